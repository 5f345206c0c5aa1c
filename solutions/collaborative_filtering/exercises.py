"""The exercises on user-based collaborative filtering, in teaching order."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from solutions.collaborative_filtering import misconceptions as wrong
from solutions.collaborative_filtering import reference
from utils import holdout
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


def _ratings(rng, n_users=9, n_items=10, density=0.5):
    """Ratings from 1 to 5; every user and every product has at least one."""
    while True:
        R = rng.integers(1, 6, (n_users, n_items)) * (rng.random((n_users, n_items)) < density)
        if R.any(axis=0).all() and R.any(axis=1).all():
            return R


def _cosine(R):
    return reference.cosine_similarity_matrix(R)


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
    minutes=15,
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
        wrong.only_the_matrix_returned,
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
            "dot product over the product of the two lengths",
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
            lambda rng: [(_ratings(rng, 6, 20, 0.9).astype(np.int8),)],
        ),
        Property(
            "any_shape",
            "one user, one product, and fractions of a star are ratings too",
            lambda rng: [
                (np.array([[2, 0, 1]]),),
                (np.array([[3], [1], [0]]),),
                (_ratings(rng) / 2,),
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
    for diagonal in (0.0, 0.3):
        S = _similarities(rng)
        np.fill_diagonal(S, diagonal)
        cases.append((S, 2, 3))
    twin = _similarities(rng)
    twin[5, 1] = twin[1, 5] = 1.0
    return [*cases, (twin, 5, 2)]


def _strangers(rng):
    S = _similarities(rng)
    S[3] = S[:, 3] = [0, 0.4, -0.2, 1, 0, 0.1, -0.9, 0, 0]
    lonely = np.eye(5)
    return [(S, 3, 6), (lonely, 0, 3)]


def _ties(rng):
    S = _similarities(rng, 20)
    S[0] = S[:, 0] = rng.choice([0.25, 0.5, 0.75], 20)
    S[7] = S[:, 7] = 0.5
    return [(S, 0, 9), (S, 7, 5)]


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
            "the user is never among her own neighbours, whatever stands on the diagonal",
            _other_diagonals,
        ),
        Property(
            "excludes_strangers",
            "a similarity of 0 or less makes no neighbour",
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
    return [(R, _cosine(R), 2, 0, 3), (alone, _cosine(alone), 0, 1, 2)]


def _off_the_scale(rng):
    """A generous user whose neighbours liked the product better than the rest."""
    while True:
        case = _predictable(rng, 3)
        if reference.predict_rating(*case) > 5.05:
            return [case]


def _own_rating(rng):
    R = _ratings(rng)
    u, i = (int(x) for x in np.argwhere(R > 0)[rng.integers((R > 0).sum())])
    R[:, i] = np.maximum(R[:, i], 1)
    return [(R, _cosine(R), u, i, 3)]


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
            lambda rng: [_predictable(rng, k, 0.6) for k in (1, 2, 3, 4)],
        ),
        Property(
            "raters_before_k",
            "the k neighbours are chosen among those who rated the product",
            _few_raters,
        ),
        Property(
            "nan_when_unknown",
            "without a neighbour who rated it, or a rating by the user, there is no prediction",
            _unpredictable,
        ),
        Property(
            "own_rating_left_out", "the user's own rating does not predict itself", _own_rating
        ),
        Property(
            "not_clipped",
            "a prediction may leave the scale, which ranks what would otherwise be equal",
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
        wrong.clipped_to_the_scale,
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
        # The mean rating is no measure of popularity; the sum of ratings orders them as well.
        if (np.argsort(R.sum(axis=0)) == np.argsort(raters)).all():
            return [(R, 0, 3, 3), (R, 0, 9, 2)]


def _unpredictable_products(rng):
    R = _ratings(rng)
    R[:, 4] = 0
    apart = np.array([[5, 2, 0, 0, 0], [4, 1, 3, 0, 0], [0, 0, 0, 2, 5]])
    return [(R, 0, 10, 3), (apart, 0, 4, 2)]


recommend = WriteIt(
    reference=reference.recommend,
    points=4,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "best_predictions",
            "the unrated products with the highest predicted ratings, and those ratings",
            lambda rng: [
                (_ratings(rng), u, n, k) for u, n, k in ((0, 2, 3), (1, 10, 2), (4, 3, 4))
            ],
            _best_recommendations,
        ),
        Property(
            "excludes_seen",
            "what the user has rated is not recommended",
            lambda rng: [(_ratings(rng, density=0.7), 3, 10, 3)],
            lambda call: all(call.args[0][call.args[1], item] == 0 for item, _ in call.value),
        ),
        Property(
            "best_first",
            "the highest prediction comes first, and there are at most n",
            lambda rng: [(_ratings(rng, density=0.4), u, 3, 3) for u in (2, 5)],
            _best_recommendations,
        ),
        Property(
            "leaves_out_unpredictable",
            "a product that nobody similar has rated is not in the list",
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
            "a heavy rater is not near to everybody",
            lambda rng: [
                (np.vstack([_ratings(rng), [5, 5, 5, 5, 5, 5, 5, 4, 5, 5]]), u, 10, 2)
                for u in (0, 1, 2)
            ],
            _best_recommendations,
        ),
        Property(
            "not_clipped",
            "a prediction may leave the scale, as in predict_rating",
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


kill_cf = WriteTheTest(
    reference=reference.kill_cf,
    points=3,
    minutes=15,
    level="mid",
    right={
        "reference": reference.recommend,
        "step_by_step": wrong.correct,
        "matrix_algebra": _by_matrix_algebra,
    },
    mutants=wrong.PLANTED,
    enough=8,
    misconceptions=(
        wrong.accepts_everything,
        wrong.rejects_everything,
        wrong.looks_only_at_the_type,
        wrong.looks_only_for_seen_items,
        wrong.tries_only_the_toy_matrix,
        wrong.tries_only_cold_users,
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
        (sparse.csr_matrix(_ratings(rng, 15, 12, 0.4), dtype=float), u, n, k) for u, n, k in users
    ]


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
            lambda rng: _small_sparse(rng, ((0, 12, 2), (3, 12, 3), (7, 12, 4), (9, 4, 3))),
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
            "fits_in_memory",
            "4,000 users and 3,000 products take less than 40 MB at the peak",
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
    ),
)


# ---- recommend_new_items --------------------------------------------------------------------

recommend_new_items = BeatIt(
    reference=reference.recommend_new_items,
    points=4,
    minutes=30,
    level="senior",
    seconds=60.0,
    task=holdout.new_items,
    baseline=wrong.most_popular,
    metrics=(Metric("ndcg_at_10", holdout.mean_ndcg),),
    # With 1,000 households two equally good models differ by up to a tenth of the way.
    par=0.85,
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
