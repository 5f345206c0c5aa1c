"""The exercises on user-based collaborative filtering, in teaching order."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from solutions.collaborative_filtering import misconceptions as wrong
from solutions.collaborative_filtering import reference
from utils.exercises import (
    BeatIt,
    BreakIt,
    Call,
    Metric,
    Property,
    WriteIt,
    WriteTheTest,
    problem_with_table,
)
from utils.exercises.equality import is_whole
from utils.holdout import new_items as holdout


def _ratings(rng, n_users=9, n_items=10, density=0.5):
    """Ratings from 1 to 5; every user and every product has at least one."""
    while True:
        R = rng.integers(1, 6, (n_users, n_items)) * (rng.random((n_users, n_items)) < density)
        if R.any(axis=0).all() and R.any(axis=1).all():
            return R


def _cosine(R):
    return reference.cosine_similarity_matrix(R)


def _has_clear_neighbours(R, u):
    """Whether rounding decides nothing: no two similarities to ``u`` are equal but by accident."""
    near = np.delete(_cosine(R)[u], u)
    near = near[near > 0].round(7)
    return len(set(near)) == len(near)


def _clear_ratings(rng, users, n_users=9, n_items=10, density=0.5):
    """Ratings in which each of ``users`` knows which neighbour is nearer than which."""
    while True:
        R = _ratings(rng, n_users, n_items, density)
        if all(_has_clear_neighbours(R, u) for u in users):
            return R


# ---- break it -------------------------------------------------------------------------------


def _problem_with_ratings(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 4:
        return "return four values: R, u, n and k"
    R, u, n, k = arguments
    scale = "ratings are whole numbers from 1 to 5, and 0 where there is none"
    if problem := problem_with_table(R, 6, range(6), scale):
        return problem
    if not all(map(is_whole, (u, n, k))):
        return "u, n and k are whole numbers"
    if not 0 <= u < len(R):
        return "u is a row of R, counted from 0"
    if not (1 <= n <= 100 and 1 <= k <= 100):
        return "n and k are from 1 to 100"
    return ""


break_recommender = BreakIt(
    reference=reference.break_recommender,
    points=3,
    minutes=20,
    level="junior",
    right=wrong.correct,
    defects={
        name: wrong.PLANTED[name]
        for name in (
            "ratings_not_centred",
            "seen_items_kept",
            "missing_counts_as_zero",
            "neighbours_unweighted",
            "best_neighbour_skipped",
            "dot_product_similarity",
        )
    },
    problem=_problem_with_ratings,
    misconceptions=(
        wrong.nothing_to_recommend,
        wrong.toy_matrix_for_every_defect,
        wrong.ratings_off_the_scale,
        wrong.larger_than_needed,
        wrong.user_counted_from_one,
        wrong.not_four_values,
    ),
)


# ---- cosine_similarity_matrix ---------------------------------------------------------------


def _with_empty_users(rng):
    R = _ratings(rng)
    R[[0, 4]] = 0
    return [(R,)]


def _finite_and_zero(call: Call) -> bool:
    S, empty = np.asarray(call.value), ~call.args[0].any(axis=1)
    return bool(np.isfinite(S).all() and (S[empty] == 0).all() and (S[:, empty] == 0).all())


cosine_similarity_matrix = WriteIt(
    reference=reference.cosine_similarity_matrix,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "the dot product of two rows, divided by both lengths",
            lambda rng: [(np.array(wrong.TOY),), (_ratings(rng),), (_ratings(rng, 5, 12, 0.8),)],
        ),
        Property(
            "empty_user_is_zero",
            "a user without ratings has similarity 0, not NaN",
            _with_empty_users,
            _finite_and_zero,
        ),
        Property(
            "small_integers_safe",
            "ratings stored as int8 give the same similarities",
            lambda rng: [
                (_ratings(rng, 6, 20, 0.9).astype(np.int8),),
                # Other scales than stars: a single square is too much for the type.
                (rng.integers(0, 128, (5, 6)).astype(np.int8),),
                (rng.integers(0, 256, (5, 6)).astype(np.uint8),),
                (np.full((2, 3), 127, dtype=np.int8),),
                (np.array([[100_000, 1], [1, 100_000]]),),
            ],
        ),
        Property(
            "any_shape",
            "one user, one product, and half stars are handled too",
            lambda rng: [
                (np.array([[2, 0, 1]]),),
                (np.array([[3], [1], [0]]),),
                (_ratings(rng) / 2,),
                (np.array([[0.5, 0.0], [4.5, 2.0]]),),
                # On a scale of millionths a short row is no empty one.
                (np.array([[3e-7, 4e-7], [4e-7, 3e-7]]),),
            ],
        ),
    ),
    misconceptions=(
        wrong.dot_product,
        wrong.products_normalised,
        wrong.empty_user_divides_by_zero,
        wrong.small_integers_overflow,
        wrong.only_common_products,
        wrong.centred_first,
        wrong.diagonal_cleared,
        wrong.products_compared,
        wrong.ones_on_the_diagonal,
        wrong.something_added_to_the_lengths,
        wrong.lengths_without_the_root,
        wrong.one_length_only,
        wrong.sum_for_length,
        wrong.ratings_overwritten,
    ),
)


# ---- top_k_neighbours -----------------------------------------------------------------------


def _similarities(rng, n_users=9):
    S = rng.random((n_users, n_users)).round(3)
    S = (S + S.T) / 2
    np.fill_diagonal(S, 1)
    return S


def _other_diagonals(rng):
    cases = []
    for diagonal in (0.0, 0.3, 5.0):
        S = _similarities(rng)
        np.fill_diagonal(S, diagonal)
        cases.append((S, 2, 3))
    twin = _similarities(rng)
    twin[5, 1] = twin[1, 5] = 1.0
    # Zero times infinity is not a number.
    barred = np.array([[-np.inf, 0.5, 0.2], [0.5, -np.inf, 0.4], [0.2, 0.4, -np.inf]])
    return [*cases, (twin, 5, 2), (barred, 0, 2)]


def _strangers(rng):
    S = _similarities(rng)
    S[3] = S[:, 3] = [0, 0.4, -0.2, 1, 1e-9, 0.1, -0.9, 0, 0]
    lonely = np.eye(5)
    return [(S, 3, 6), (S, 3, 1), (lonely, 0, 3)]


def _ties(rng):
    """Long ones: a sort that is not stable keeps the order of short lists."""
    S = _similarities(rng, 60)
    # The last digits count: these are three similarities, not two.
    S[0] = S[:, 0] = rng.choice([0.25, 0.5, 0.5 + 1e-8], 60)
    S[7] = S[:, 7] = 0.5
    return [(S, 0, 9), (S, 0, 25), (S, 0, 45), (S, 7, 5)]


top_k_neighbours = WriteIt(
    reference=reference.top_k_neighbours,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "most_similar_first",
            "the k users with the highest similarity, in that order",
            lambda rng: [(_similarities(rng), u, k) for u, k in ((0, 3), (4, 1), (8, 5))],
        ),
        Property(
            "excludes_self",
            "the user is not among her own neighbours, whatever the diagonal holds",
            _other_diagonals,
        ),
        Property(
            "excludes_strangers",
            "the neighbours are chosen among the users with a similarity above 0",
            _strangers,
        ),
        Property("ties_stable", "of equally similar users the lower number comes first", _ties),
        Property(
            "k_out_of_range",
            "k may be 0, or larger than the number of users",
            lambda rng: [(_similarities(rng), 1, 0), (_similarities(rng), 1, 50)],
        ),
    ),
    misconceptions=(
        wrong.first_skipped_as_if_it_were_self,
        wrong.self_among_neighbours,
        wrong.strangers_kept,
        wrong.ties_reversed,
        wrong.diagonal_overwritten,
        wrong.similarities_instead_of_users,
        wrong.farthest_first,
        wrong.cut_before_the_user_is_removed,
        wrong.places_without_the_user,
        wrong.order_of_similarity_lost,
        wrong.similar_by_one_left_out,
        wrong.last_k_of_an_ascending_order,
        wrong.nearest_last,
    ),
)


# ---- predict_rating -------------------------------------------------------------------------


def _predictable(rng, k, density=0.5):
    """Arguments with more than ``k`` raters of the product, and without ties among them."""
    while True:
        R = _ratings(rng, 12, 8, density)
        S = _cosine(R)
        u, i = (int(x) for x in np.argwhere(R == 0)[0])
        raters = np.flatnonzero(R[:, i])
        if len(raters) > k and len(set(S[u, raters].round(9))) == len(raters):
            return R, S, u, i, k


def _few_raters(rng):
    """The nearest users have not rated the product."""
    cases: list[tuple] = []
    while len(cases) < 3:
        R, S, u, i, k = _predictable(rng, 2, 0.35)
        nearest = reference.top_k_neighbours(S, u, k)
        if not R[nearest, i].all():
            cases.append((R, S, u, i, k))
    return cases


def _unpredictable(rng):
    R = _ratings(rng)
    R[2] = 0
    alone = np.array([[5, 0, 3, 0], [0, 4, 0, 2], [0, 0, 0, 3]])
    return [
        (R, _cosine(R), 2, 0, 3),
        (R, np.ones((len(R), len(R))), 2, 0, 3),
        (alone, _cosine(alone), 0, 1, 2),
        (alone, -np.ones((3, 3)), 0, 3, 2),
        (alone[:, [0, 1, 2]][:2], _cosine(alone[:2]), 0, 2, 1),
    ]


def _some_dissimilar(rng):
    """Similarities of both signs, as correlations are; fewer than ``k`` raters are above 0."""
    cases: list[tuple] = []
    while len(cases) < 3:
        R, _, u, i, k = _predictable(rng, 4)
        S = (rng.permutation(len(R) ** 2).reshape(len(R), -1) / len(R) ** 2 * 1.8 - 0.9).round(4)
        S = np.triu(S) + np.triu(S, 1).T
        above = sum(S[u, v] > 0 for v in np.flatnonzero(R[:, i]))
        if 0 < above < k:
            cases.append((R, S, u, i, k))
    return cases


def _off_the_scale(rng):
    """A generous user whose neighbours liked the product better than the rest."""
    while True:
        case = _predictable(rng, 3)
        if reference.predict_rating(*case) > 5.05 and _has_clear_neighbours(case[0], case[2]):
            return [case]


def _own_rating(rng):
    """The user has rated the product, with something else than her mean."""
    cases: list[tuple] = []
    while len(cases) < 3:
        R = _ratings(rng)
        u, i = (int(x) for x in np.argwhere(R > 0)[rng.integers((R > 0).sum())])
        R[:, i] = np.maximum(R[:, i], 1)
        if _has_clear_neighbours(R, u) and abs(R[u][R[u] > 0].mean() - R[u, i]) > 0.4:
            cases.append((R, _cosine(R), u, i, 3))
    return cases


def _equally_near(rng):
    """Forty users at two distances from user 0, far more than have a place among ``k``.

    Every row has length 8, so however the cosines are computed, equal ones are equal to the last
    digit. Ties this long also show a sort that keeps the order of short lists only.
    """
    R = np.zeros((41, 10), dtype=int)
    R[0, :5] = [5, 5, 3, 2, 1]
    for user in range(1, 41):
        common, rest = ((0, [5, 3, 2, 1]), (2, [5, 5, 2, 1]))[rng.integers(2)]
        R[user, common] = R[0, common]
        R[user, rng.permutation(np.arange(5, 10))[:4]] = rest
    return R


predict_rating = WriteIt(
    reference=reference.predict_rating,
    points=4,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the user's mean plus the weighted mean deviation of her neighbours",
            lambda rng: [
                *(_predictable(rng, k, 0.6) for k in (1, 2, 3)),
                # On a scale that ends at a half, where one star is 0.1.
                *((R / 10, *rest) for R, *rest in [_predictable(rng, 4, 0.6)]),
                # The nearest neighbour has rated nothing else: she says her mean.
                (
                    np.array([[4, 2, 0], [0, 0, 5], [3, 0, 4]]),
                    np.array([[1.0, 0.5, 0.5], [0.5, 1.0, 0.0], [0.5, 0.0, 1.0]]),
                    *(0, 2, 1),
                ),
            ],
        ),
        Property(
            "raters_before_k",
            "the k neighbours are chosen among those who rated the product",
            _few_raters,
        ),
        Property(
            "nan_when_unknown",
            "NaN where nobody similar rated the product, or the user has rated nothing",
            _unpredictable,
            stands="There is no prediction in any of its calls.",
        ),
        Property(
            "only_similar_users",
            "a neighbour has a similarity above 0, even if there are fewer than k",
            _some_dissimilar,
        ),
        Property(
            "not_her_own_neighbour",
            "the user is not her own neighbour; her rating of the product counts in her mean",
            _own_rating,
        ),
        Property(
            "not_clipped",
            "a prediction above 5 is returned as it is",
            _off_the_scale,
        ),
        Property(
            "k_out_of_range",
            "k may be larger than the number of raters",
            lambda rng: [(*_predictable(rng, 2)[:4], 40)],
        ),
        Property(
            "ties_by_number",
            "of equally similar users the lower number comes first",
            lambda rng: [
                (R, _cosine(R), 0, i, k)
                for R in (_equally_near(rng),)
                for i in range(5, 10)
                for k in (1, 3)
            ],
        ),
    ),
    misconceptions=(
        wrong.neighbours_chosen_before_raters,
        wrong.missing_rating_is_zero,
        wrong.weights_forgotten,
        wrong.means_forgotten,
        wrong.means_over_all_products,
        wrong.weights_not_normalised,
        wrong.zero_when_nobody_knows,
        wrong.own_rating_used,
        wrong.own_rating_left_out_of_the_mean,
        wrong.clipped_to_the_scale,
        wrong.own_mean_where_nobody_knows,
        wrong.mean_of_the_product_where_nobody_knows,
        wrong.known_rating_returned,
        wrong.dissimilar_neighbours_kept,
        wrong.farthest_raters_asked,
        wrong.higher_number_among_equals,
        wrong.all_raters_asked,
        wrong.deviation_alone,
    ),
)


# ---- recommend ------------------------------------------------------------------------------


def _is_ranking_of(products, scores, known, n):
    """Whether ``products`` with ``scores`` are a best ``n`` of ``known``, ties in any order."""
    best = sorted(known.values(), reverse=True)[:n]
    return (
        len(products) == len(set(products)) == len(best)
        and all(item in known for item in products)
        and np.allclose([known[item] for item in products], best, atol=1e-9)
        and (scores is None or np.allclose(scores, best, atol=1e-6))
    )


def _best_recommendations(call: Call) -> bool:
    R, u, n, k = call.args
    known = dict(reference.recommend(R, u, R.shape[1], k))
    # A newcomer's score only orders the list: in what unit it counts is not the point.
    scores = [score for _, score in call.value] if R[u].any() else None
    return _is_ranking_of([item for item, _ in call.value], scores, known, n)


def _cold(rng):
    """No two products have equally many raters, one has none; the first user has rated nothing."""
    raters = rng.permutation(np.arange(9))
    while True:
        R = np.zeros((9, 9), dtype=int)
        for item, count in enumerate(raters):
            R[rng.choice(np.arange(1, 9), count, replace=False), item] = rng.integers(1, 6, count)
        # Neither the mean rating nor the sum of ratings is the number of raters.
        if (np.argsort(R.sum(axis=0))[-3:] != np.argsort(raters)[-3:]).any():
            return [(R, 0, 3, 3), (R, 0, 9, 2)]


def _unpredictable_products(rng):
    while True:
        R = _ratings(rng)
        R[:, 4] = 0
        if R[0].any() and _has_clear_neighbours(R, 0):
            break
    apart = np.array([[5, 2, 0, 0, 0], [4, 1, 3, 0, 0], [0, 0, 0, 2, 5]])
    # A product that nobody knows, between a bad one and a good one.
    between = np.array([[3, 1, 0, 0, 0], [3, 1, 2, 0, 5]])
    return [
        (R, 0, 10, 3),
        (apart, 0, 4, 2),
        (between, 0, 5, 1),
        (np.array([[3, 0], [0, 4]]), 0, 2, 2),
    ]


def _one_heavy_rater(rng):
    cases: list[tuple] = []
    while len(cases) < 3:
        R = np.vstack([_ratings(rng), [5, 5, 5, 5, 5, 5, 5, 4, 5, 5]])
        if _has_clear_neighbours(R, len(cases)):
            cases.append((R, len(cases), 10, 2))
    return cases


recommend = WriteIt(
    reference=reference.recommend,
    points=4,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "best_predictions",
            "the unrated products with the highest predicted ratings, and those ratings",
            lambda rng: (
                [
                    (_clear_ratings(rng, [u]), u, n, k)
                    for u, n, k in ((0, 2, 3), (1, 10, 2), (4, 3, 4))
                ]
                # On a scale that ends at a half: whoever rates little has a short row.
                + [(_clear_ratings(rng, [3], density=0.5) / 10, 3, 4, 3)]
                # The prediction is below 0.
                + [(np.array([[1, 0], [5, 1]]), 0, 3, 2)]
            ),
            _best_recommendations,
        ),
        Property(
            "excludes_seen",
            "no product in the list has been rated by the user",
            lambda rng: [(_clear_ratings(rng, [3], density=0.7), 3, 10, 3)],
            lambda call: all(call.args[0][call.args[1], item] == 0 for item, _ in call.value),
        ),
        Property(
            "best_first",
            "the highest prediction comes first, and at most n are listed",
            lambda rng: [
                *((_clear_ratings(rng, [u], density=0.4), u, 3, 3) for u in (2, 5)),
                # Of the last product nobody says anything.
                (np.array([[5, 1, 0, 0], [4, 2, 3, 0]]), 0, 1, 1),
            ],
            _best_recommendations,
        ),
        Property(
            "leaves_out_unpredictable",
            "the list holds only products that somebody similar has rated",
            _unpredictable_products,
            _best_recommendations,
        ),
        Property(
            "newcomer_gets_popular",
            "a user without ratings gets the products that most users rated",
            _cold,
            _best_recommendations,
        ),
        Property(
            "neighbours_by_taste",
            "the length of a user's row does not make her a neighbour",
            _one_heavy_rater,
            _best_recommendations,
        ),
        Property(
            "not_clipped",
            "a prediction above 5 is returned as it is, as in predict_rating",
            lambda rng: [(R, u, 8, k) for R, _, u, _, k in _off_the_scale(rng)],
            _best_recommendations,
        ),
        Property(
            "ties_by_number",
            "of equally similar users the one with the lower number is the nearer neighbour",
            lambda rng: [(_equally_near(rng), 0, 10, k) for k in (1, 3)],
            _best_recommendations,
        ),
    ),
    misconceptions=(
        *(wrong.PLANTED[name] for name in sorted(wrong.PLANTED)),
        wrong.worst_first,
        wrong.unpredictable_scored_as_zero,
        wrong.n_used_as_k,
        wrong.predictions_clipped,
        wrong.predictions_of_nothing_listed,
        wrong.newcomer_gets_the_best_rated,
        wrong.newcomer_gets_unrated_products,
        wrong.filled_with_popular_products,
        wrong.cut_before_the_order,
        wrong.not_put_in_order,
        wrong.places_for_products,
        wrong.scores_left_out,
        wrong.score_before_product,
        wrong.k_and_n_exchanged,
    ),
)


# ---- kill_cf --------------------------------------------------------------------------------


def _by_matrix_algebra(R, u, n, k):
    """Right, written without a loop over products; scores come as numpy floats."""
    R = np.asarray(R, dtype=float)
    rated = R > 0
    if not rated[u].any():
        counts = rated.sum(axis=0)
        order = np.lexsort((np.arange(R.shape[1]), -counts))
        return [(i, counts[i]) for i in order if counts[i] > 0][:n]
    means = R.sum(axis=1) / np.maximum(rated.sum(axis=1), 1)
    similarity = reference.cosine_similarity_matrix(R)[u]
    similarity[u] = 0
    order = np.argsort(-similarity, kind="stable")
    kept = rated[order] & (similarity[order] > 0)[:, None]
    kept &= kept.cumsum(axis=0) <= k
    weights = np.where(kept, similarity[order][:, None], 0)
    total = weights.sum(axis=0)
    with np.errstate(all="ignore"):
        centred = np.where(rated, R - means[:, None], 0)[order]
        scores = means[u] + (weights * centred).sum(axis=0) / total
    items = np.flatnonzero((total > 0) & ~rated[u])
    return [(i, scores[i]) for i in items[np.argsort(-scores[items], kind="stable")]][:n]


def _equals_the_other_way(R, u, n, k):
    """Right: of equal numbers the last comes first, pairs are lists, and scores are rounded."""
    known = [[i, round(float(s), 9)] for i, s in reference.recommend(R, u, R.shape[1], k)]
    return sorted(known, key=lambda pair: (-pair[1], -pair[0]))[:n]


kill_cf = WriteTheTest(
    reference=reference.kill_cf,
    points=3,
    minutes=20,
    level="mid",
    right={
        "reference": reference.recommend,
        "step_by_step": wrong.correct,
        "matrix_algebra": _by_matrix_algebra,
        "equals_the_other_way": _equals_the_other_way,
    },
    mutants=wrong.planted_tests(),
    enough=8,
    misconceptions=(
        wrong.accepts_everything,
        wrong.rejects_everything,
        wrong.asks_one_neighbour_only,
        wrong.counts_the_products,
        wrong.demands_one_order_of_equals,
        wrong.tries_only_cold_users,
    ),
)


# ---- significance_weighting -----------------------------------------------------------------


def _with_similarities(rng, n_users=7, n_items=12, density=0.5):
    R = _ratings(rng, n_users, n_items, density)
    S = rng.uniform(-1, 1, (n_users, n_users)).round(3)
    return (S + S.T) / 2, R


def _bytes_of_ratings(rng):
    """Two users with more than 127 products in common, in int8."""
    R = rng.integers(1, 6, (3, 300)) * (rng.random((3, 300)) < 0.9)
    return [(np.ones((3, 3)), R.astype(np.int8), 250)]


def _strangers_and_newcomers(rng):
    S, R = _with_similarities(rng)
    R[2] = 0
    apart = np.array([[5, 1, 0, 0], [0, 0, 2, 3]])
    return [(S, R, 4), (np.full((2, 2), 0.5), apart, 1)]


significance_weighting = WriteIt(
    reference=reference.significance_weighting,
    points=2,
    minutes=8,
    level="mid",
    properties=(
        Property(
            "values",
            "each similarity is multiplied by the share of `least` that two users have in common",
            lambda rng: [
                *((*_with_similarities(rng), least) for least in (4, 6, 9)),
                # More than there are products; a scale that ends at a half; similarities 0 and 1.
                *((S, R / 10, 20) for S, R in [_with_similarities(rng)]),
                (np.eye(7, dtype=int), _ratings(rng, 7), 8),
            ],
        ),
        Property(
            "enough_is_enough",
            "from `least` common products on a similarity stays as it is",
            lambda rng: [(*_with_similarities(rng, density=0.8), least) for least in (1, 3)],
        ),
        Property(
            "nothing_in_common",
            "without a common product 0 is left, for a user without ratings too",
            _strangers_and_newcomers,
        ),
        Property(
            "small_integers_safe",
            "ratings stored as int8 give the same numbers of common products",
            _bytes_of_ratings,
        ),
    ),
    misconceptions=(
        wrong.never_capped,
        wrong.shrunk_smoothly,
        wrong.all_or_nothing,
        wrong.own_ratings_counted,
        wrong.either_has_rated,
        wrong.flags_added_as_flags,
        wrong.ratings_multiplied,
        wrong.similarities_overwritten,
        wrong.counted_in_the_type_of_the_ratings,
        wrong.equal_ratings_counted,
        wrong.diagonal_not_reduced,
        wrong.negative_set_to_zero,
        wrong.strict_threshold,
        wrong.proportion_of_all_products,
        wrong.products_counted_for_users,
    ),
)


# ---- bias_baseline --------------------------------------------------------------------------


def _with_empty_rows(rng):
    R = _ratings(rng)
    R[3] = 0
    R[:, 5] = 0
    return [(R, 2.0), (R, 0.0)]


def _above_the_scale(rng):
    """A user who rates everything high, and a product that everybody rates high."""
    R = _ratings(rng, 8, 8, 0.6)
    R[0], R[:, 0] = 5, 5
    return [(R, 0.5)]


bias_baseline = WriteIt(
    reference=reference.bias_baseline,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the mean of all ratings plus the product's bias plus the user's",
            lambda rng: [
                (_ratings(rng), 1.0),
                (_ratings(rng, 6, 12, 0.4), 10.0),
                (_ratings(rng, 12, 5, 0.6) / 2, 3.0),
                # Fewer ratings than lam: the mean of all is not shrunk. Two ratings are at that
                # mean, and a difference of 0 counts.
                (np.array([[3, 0, 3], [1, 5, 0]]), 10.0),
                # A single rating is shrunk too, beside products and users with three.
                (np.array([[5, 2, 4], [4, 0, 0], [5, 0, 0]]), 1.0),
            ],
        ),
        Property(
            "without_shrinkage",
            "lam may be 0",
            lambda rng: [
                (_ratings(rng), 0.0),
                # A single rating is not shrunk.
                (np.array([[5, 2, 4], [4, 0, 0], [5, 0, 0]]), 0.0),
            ],
        ),
        Property(
            "empty_has_no_bias",
            "a product or a user without ratings has a bias of 0",
            _with_empty_rows,
        ),
        Property("not_clipped", "a prediction above 5 is returned as it is", _above_the_scale),
        Property(
            "small_integers_safe",
            "ratings stored as uint8 give the same predictions",
            lambda rng: [(_ratings(rng, 80, 6, 0.9).astype(np.uint8), 2.0)],
        ),
    ),
    misconceptions=(
        wrong.plain_means_added,
        wrong.users_first,
        wrong.both_from_the_mean,
        wrong.zeros_counted_as_ratings,
        wrong.shrunk_by_a_factor,
        wrong.predictions_cut_to_the_scale,
        wrong.empty_gives_nan,
        wrong.zeros_in_the_mean,
        wrong.zeros_in_the_differences,
        wrong.divided_twice,
        wrong.only_products_shrunk,
        wrong.only_users_shrunk,
        wrong.plain_means_subtracted,
        wrong.known_ratings_kept,
        wrong.unrated_cells_left_out,
        wrong.mean_of_means,
    ),
)


# ---- recommend_sparse -----------------------------------------------------------------------


def _weigh(answer, R, u, n, k):
    """The products, and of a large matrix whether finding them fitted into 40 MB."""
    import tracemalloc

    # Tracing slows every allocation, and what is small fits.
    if R.shape[0] < 1000:
        return {"products": answer(R, u, n, k)}
    tracemalloc.start()
    try:
        products = answer(R, u, n, k)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return {"products": products, "fits_in_40_MB": peak < 40 * 2**20}


def _small_sparse(rng, users):
    return [
        (sparse.csr_matrix(_clear_ratings(rng, [u], 15, 12, 0.4), dtype=float), u, n, k)
        for u, n, k in users
    ]


def _nobody_similar(rng):
    """Users with nothing in common, and one whose neighbours know nothing new."""
    first, second = rng.integers(1, 6, 2)
    apart = np.diag([first, second])
    same = np.array([[first, second, 0], [second, first, 0], [0, 0, 4]])
    return [(sparse.csr_matrix(R, dtype=float), 0, 5, 2) for R in (apart, same)]


def _liked_by_few(rng):
    """One neighbour rates a product far above the mean, three rate another a little above it."""
    R = np.array([[5, 3, 0, 0], *[[4, 2, 4, 0]] * 3, [4, 2, 0, 5]])[:, rng.permutation(4)]
    return [(sparse.csr_matrix(R, dtype=float), 0, 4, 4)]


def _low_ratings(rng):
    """Two users who have a product in common, and both rated it 1, or half a star."""
    high, other = (int(each) for each in rng.integers(2, 6, 2))
    R = np.array([[1, other, 0, 0], [1, 0, high, 0], [0, 0, 0, 4]])
    return [(sparse.csr_matrix(R / each, dtype=float), 0, 4, 2) for each in (1, 2)]


def _large_sparse(rng):
    shape, n_ratings = (4000, 3000), 120_000
    where = (rng.integers(0, shape[0], n_ratings), rng.integers(0, shape[1], n_ratings))
    R = sparse.csr_matrix((np.ones(n_ratings), where), shape=shape)
    R.data = rng.integers(1, 6, R.nnz).astype(float)
    return [(R, int(rng.integers(shape[0])), 10, 20)]


def _same_products(call: Call) -> bool:
    R, u, n, k = call.args
    known = dict(reference.recommend(R.toarray(), u, R.shape[1], k))
    return _is_ranking_of(list(call.value["products"]), None, known, n)


def _newcomers(rng):
    return [(sparse.csr_matrix(R, dtype=float), u, n, k) for R, u, n, k in _cold(rng)]


recommend_sparse = WriteIt(
    reference=reference.recommend_sparse,
    points=5,
    minutes=25,
    level="senior",
    adapter=_weigh,
    seconds=10.0,
    memory_mb=40.0,
    agrees=lambda expected, got: list(expected["products"]) == list(got["products"]),
    properties=(
        Property(
            "same_as_dense",
            "the same products as recommend on a small matrix",
            lambda rng: [
                *_small_sparse(rng, ((0, 12, 2), (3, 12, 3), (7, 12, 4), (9, 4, 3))),
                *_low_ratings(rng),
                *_liked_by_few(rng),
                # The prediction is below 0.
                (sparse.csr_matrix([[1.0, 0.0], [5.0, 1.0]]), 0, 3, 2),
            ],
            _same_products,
        ),
        Property(
            "newcomer_gets_popular",
            "a user without ratings gets the products that most users rated",
            _newcomers,
            _same_products,
        ),
        Property(
            "ties_by_number",
            "of equally similar users the one with the lower number is the nearer neighbour",
            lambda rng: [
                (sparse.csr_matrix(_equally_near(rng), dtype=float), 0, n, k)
                for n, k in ((2, 1), (2, 2), (3, 3), (2, 5))
            ],
            _same_products,
        ),
        Property(
            "nobody_similar",
            "the list is empty when no product has a prediction",
            _nobody_similar,
            lambda call: list(call.value["products"]) == [],
            stands="an empty list is right in every call",
        ),
        Property(
            "fits_in_memory",
            "4,000 users and 3,000 products fit into 40 MB at the peak",
            _large_sparse,
            lambda call: len(call.value["products"]) == 10 and call.value["fits_in_40_MB"] is True,
            points=2.0,
        ),
    ),
    misconceptions=(
        wrong.dense_matrix_built,
        wrong.norms_left_out,
        wrong.seen_products_listed,
        wrong.neighbours_fixed_for_all_products,
        wrong.newcomer_gets_nothing,
        wrong.means_with_zeros,
        wrong.votes_added_up,
    ),
)


# ---- bpr_step -------------------------------------------------------------------------------


def _factors(rng, n_users=5, n_items=7, n_factors=3, scale=1.0):
    return (
        rng.normal(0, scale, (n_users, n_factors)).round(2),
        rng.normal(0, scale, (n_items, n_factors)).round(2),
    )


def _draw_triples(rng, n, n_users=5, n_items=7):
    pairs = [rng.permutation(n_items)[:2].tolist() for _ in range(n)]
    return [(int(rng.integers(n_users)), i, j) for i, j in pairs]


def _met_again(rng):
    """One user in every triple, and two products that change their parts."""
    u, (i, j, other) = int(rng.integers(5)), rng.permutation(7)[:3].tolist()
    return [(*_factors(rng), [(u, i, j), (u, other, j), (u, j, i)], 0.3, 0.05)]


def _far_apart(rng):
    U, V = _factors(rng, scale=1.0)
    U[0], V[0], V[1] = 40, 30, -30
    return [(U, V, [(0, 0, 1)], 0.1, 0.01), (U, V, [(0, 1, 0)], 0.01, 0.01)]


bpr_step = WriteIt(
    reference=reference.bpr_step,
    points=4,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "one_step",
            "a step of gradient descent moves the user and both products",
            lambda rng: [
                (*_factors(rng), _draw_triples(rng, 1), rate, lam)
                for rate, lam in ((0.1, 0.0), (0.5, 0.1), (0.2, 0.5), (1.0, 0.02))
            ],
        ),
        Property(
            "one_after_another",
            "a step starts from the factors that the one before has left",
            _met_again,
        ),
        Property(
            "many_steps",
            "all triples are taken, in their order",
            lambda rng: [
                (*_factors(rng), _draw_triples(rng, 12), 0.1, 0.1),
                # A triple that is drawn twice is two steps.
                (*_factors(rng), 2 * _draw_triples(rng, 3), 0.3, 0.1),
            ],
        ),
        Property(
            "nothing_to_learn",
            "without a triple the factors stay as they are",
            lambda rng: [(*_factors(rng), [], 0.1, 0.1)],
            stands="The shortest list of triples.",
        ),
        Property(
            "stable",
            "a difference of scores in the thousands gives finite and right factors",
            _far_apart,
        ),
    ),
    misconceptions=(
        wrong.user_moved_first,
        wrong.climbed,
        wrong.slope_of_the_wrong_side,
        wrong.sampled_product_left,
        wrong.ridge_doubled,
        wrong.ridge_forgotten,
        wrong.all_from_the_start,
        wrong.exponentials_overflow,
        wrong.factors_overwritten,
        wrong.ridge_added,
        wrong.slope_of_the_sigmoid,
        wrong.ridge_on_the_user_alone,
        wrong.step_of_length_one,
    ),
)


# ---- recommend_new_items --------------------------------------------------------------------

recommend_new_items = BeatIt(
    reference=reference.recommend_new_items,
    left_as_is=True,
    points=4,
    minutes=20,
    level="senior",
    seconds=60.0,
    task=holdout.new_items,
    baseline=wrong.most_popular,
    metrics=(Metric("ndcg_at_10", holdout.mean_ndcg),),
    # On some draws two equally good models differ by a fifth of the way.
    par=0.75,
    problem=holdout.problem_with_products,
    misconceptions=(
        wrong.most_popular,
        wrong.favourites_again,
        wrong.same_list_twice,
        wrong.nearest_by_dot_product,
        wrong.single_neighbour,
        wrong.least_popular,
    ),
)
