"""The exercises on personalised recommendation, in teaching order."""

from __future__ import annotations

import math

import numpy as np

from solutions.personalised_recommendation import misconceptions as wrong
from solutions.personalised_recommendation import reference
from utils.exercises import (
    BeatIt,
    BreakIt,
    Metric,
    Property,
    WriteIt,
    WriteTheTest,
    problem_with_table,
)
from utils.exercises.equality import is_whole
from utils.holdout import new_items as holdout


def _counts(rng, n_users=10, n_items=8, density=0.5):
    """How often each user bought each item; everybody and everything has at least one."""
    while True:
        R = rng.integers(1, 6, (n_users, n_items)) * (rng.random((n_users, n_items)) < density)
        if R.any(axis=0).all() and R.any(axis=1).all():
            return R


# ---- break it -------------------------------------------------------------------------------


def _problem_with_baskets(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 3:
        return "return three values: R, u and n"
    R, u, n = arguments
    counts = "counts are whole numbers from 0 to 9"
    if problem := problem_with_table(R, 6, range(10), counts):
        return problem
    if not all(map(is_whole, (u, n))):
        return "u and n are whole numbers"
    if not 0 <= u < len(R):
        return "u is a row of R, counted from 0"
    return "" if 1 <= n <= 100 else "n is from 1 to 100"


break_basket_recommender = BreakIt(
    reference=reference.break_basket_recommender,
    points=3,
    minutes=20,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_baskets,
    misconceptions=(
        wrong.same_baskets_for_all,
        wrong.nothing_left_to_recommend,
        wrong.counts_out_of_range,
        wrong.a_whole_shop,
        wrong.not_three_values,
    ),
)


# ---- item_similarity ------------------------------------------------------------------------


def _with_empty_item(rng):
    R = _counts(rng)
    R[:, 3] = 0
    return [(R, 0.0), (R, 2.0)]


item_similarity = WriteIt(
    reference=reference.item_similarity,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "the cosine of two columns, shrunk by the number of common users",
            lambda rng: [
                (_counts(rng), 0.0),
                (_counts(rng), 2.5),
                (_counts(rng, 20, 6, 0.3), 10.0),
                # More common users than a byte can count.
                (_counts(rng, 500, 3, 0.9), 350.0),
                (_counts(rng) * 1e-6, 0.5),
            ],
        ),
        Property(
            "small_integers_safe",
            "counts stored as uint8 give the same similarities",
            lambda rng: [
                ((_counts(rng, 9, 5) * 40).astype(np.uint8), 2.0),
                (np.asfortranarray(_counts(rng, 30, 5, 0.9).astype(np.int8)),),
            ],
        ),
        Property(
            "empty_item_is_zero", "an item that nobody has is similar to no other", _with_empty_item
        ),
        Property(
            "nobody_has_both",
            "two items without a common user have similarity 0, with lam = 0 too",
            lambda rng: [(np.diag(rng.integers(1, 5, 5)), 0.0), (np.diag([1, 2, 3]), 4.0)],
        ),
    ),
    misconceptions=(
        wrong.users_compared,
        wrong.shrunk_by_own_count,
        wrong.shrunk_by_subtraction,
        wrong.not_shrunk,
        wrong.diagonal_kept,
        wrong.common_users_as_flag,
        wrong.empty_item_divides_by_zero,
        wrong.flags_compared,
        wrong.shrunk_by_either,
        wrong.full_from_lam_on,
        wrong.lam_added_to_the_lengths,
        wrong.shrunk_twice,
        wrong.columns_centred,
        wrong.one_half_filled,
        wrong.nobody_has_both_divides_by_zero,
        wrong.strengths_overwritten,
    ),
)


# ---- itemcf_scores --------------------------------------------------------------------------


def _affinities(rng, n_items=8):
    # No two say the same: at the k-th place any of them might count.
    P = rng.permutation(n_items * n_items).reshape(n_items, n_items) / n_items**2
    np.fill_diagonal(P, 0)
    return P


def _history(rng, density=0.6):
    return _counts(rng, 5, 8, density)


def _small_strengths(rng):
    """Strengths below 1, and affinities that differ in the third decimal alone."""
    return [
        (_history(rng) * 0.15, u, 0.5 + _affinities(rng) / 1000, k) for u, k in ((1, 2), (4, 1))
    ]


def _speaking_alike(rng):
    """Some affinities are equal, and nothing speaks for the last item."""
    P = rng.integers(1, 4, (8, 8)) / 8
    P[:, -1] = 0
    R = _history(rng)
    R[:, -1] = 0
    # Where all of the history is worth the same, any of equals may count at the k-th place.
    return [(R, 3, P, 20), (np.minimum(R, 1), 0, P, 1), (np.minimum(R, 1), 2, P, 2)]


def _short_histories(rng):
    """A history that is shorter than k, and one item alone, which speaks for more than k others."""
    alone = np.zeros((1, 6), dtype=int)
    alone[0, rng.integers(6)] = 2
    return [(_history(rng), 1, _affinities(rng), 50), (alone, 0, _affinities(rng, 6), 2)]


# How many baskets hold both: whole numbers, and items that nobody bought together.
TOGETHER = np.array([[0, 3, 1, 0], [3, 0, 2, 0], [1, 2, 0, 4], [0, 0, 4, 0]])


def _newcomer(rng):
    R = _history(rng)
    R[2] = 0
    return [(R, 2, _affinities(rng), k) for k in (1, 3)]


itemcf_scores = WriteIt(
    reference=reference.itemcf_scores,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the k items of the history that speak for a candidate most, each with its weight",
            lambda rng: [
                *((_history(rng), u, _affinities(rng), k) for u, k in ((0, 1), (3, 3))),
                *_small_strengths(rng),
            ],
        ),
        Property(
            "equals",
            "k items count, also where several speak for a candidate equally",
            _speaking_alike,
        ),
        Property(
            "direction",
            "P[h, i] leads from what the user has to the candidate",
            lambda rng: [(_history(rng), u, np.triu(_affinities(rng)), 2) for u in (4, 2)],
        ),
        Property(
            "seen_is_minus_infinity",
            "what the user has gets minus infinity",
            lambda rng: [
                *((_history(rng, 0.8), u, _affinities(rng), 3) for u in (0, 1)),
                (np.array([[2, 0, 0, 1], [0, 1, 1, 0]]), 0, TOGETHER, 2),
            ],
            lambda call: bool(
                (np.isneginf(call.value) == (call.args[0][call.args[1]] > 0)).all()
                and len(call.value) == call.args[0].shape[1]
            ),
            stands="Its judge looks only at where minus infinity stands.",
        ),
        Property(
            "newcomer_is_zero",
            "a user without history gets zeros",
            _newcomer,
            stands="A user without history gets zeros in both of its calls.",
        ),
        Property(
            "k_out_of_range",
            "k may be larger than the history",
            _short_histories,
        ),
    ),
    misconceptions=(
        wrong.transposed,
        wrong.all_of_history,
        wrong.history_not_weighted,
        wrong.seen_scored,
        wrong.k_after_weighting,
        wrong.favourite_item_only,
        wrong.k_of_all_items,
        wrong.most_bought_counted,
        wrong.candidates_kept_for_each,
        wrong.least_speaking_counted,
        wrong.mean_for_sum,
        wrong.seen_not_minus_infinity,
        wrong.scores_cut_to_whole_numbers,
        wrong.short_history_fails,
    ),
)


# ---- content_scores -------------------------------------------------------------------------


def _catalogue(rng, n_items=10, n_features=6):
    """Features of different frequency, one that every item has, items of different length."""
    F = (rng.random((n_items, n_features)) < np.linspace(0.15, 0.8, n_features)).astype(float)
    F[:, -1] = 1
    return F * rng.integers(1, 4, F.shape)


def _shopper(rng, n_items=10):
    return _counts(rng, 4, n_items, 0.4)


def _new_and_alike(rng):
    """Of items 0 and 1, which are alike, the user has different numbers; nobody has the last."""
    F, R = _catalogue(rng, 6), _shopper(rng, 6)
    F[:2], F[2, 0] = F[1], 2
    F[:2, 0] = 0
    R[2, :3], R[:, -1] = [1, 3, 2], 0
    return F, R, 2


def _featureless(rng):
    F, R = _catalogue(rng), _shopper(rng)
    F[2] = 0
    R[0, 2], R[1, 2] = 0, 3
    # Without any features nothing is divided by the length of a profile.
    nothing = np.zeros((3, 2)), np.diag(rng.integers(1, 5, 3)), 1
    return [(F, R, 0), (F, R, 1), nothing]


def _without_history(rng):
    R = _shopper(rng)
    R[1] = 0
    return [(_catalogue(rng), R, 1)]


content_scores = WriteIt(
    reference=reference.content_scores,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "cosine of each item with the profile, features weighed by idf",
            lambda rng: [
                *((_catalogue(rng), _shopper(rng), u) for u in (0, 1)),
                _new_and_alike(rng),
                (_catalogue(rng), _shopper(rng) * 1e-9, 3),
            ],
        ),
        Property(
            "newcomer_is_zero", "a user without history gets zeros, not NaN", _without_history
        ),
        Property("featureless_is_zero", "an item without features scores 0", _featureless),
        Property(
            "same_features_same_score",
            "two items with the same features have the same score",
            lambda rng: [(np.repeat(_catalogue(rng, 5), 2, axis=0), _shopper(rng), 2)],
            lambda call: bool(
                np.allclose(call.value[::2], call.value[1::2]) and np.std(call.value) > 0.01
            ),
        ),
    ),
    misconceptions=(
        wrong.no_idf,
        wrong.idf_from_own_items,
        wrong.idf_not_smoothed,
        wrong.items_not_scaled,
        wrong.profile_not_scaled,
        wrong.history_all_alike,
        wrong.nan_for_newcomers,
        wrong.idf_without_inner_ones,
        wrong.idf_in_another_base,
        wrong.occurrences_counted,
        wrong.features_counted,
        wrong.users_counted,
        wrong.idf_twice,
        wrong.features_as_flags,
        wrong.columns_scaled,
        wrong.nan_for_featureless,
        wrong.own_items_masked,
    ),
)


# ---- rank_with_ties -------------------------------------------------------------------------


def _scored(rng, n_items=12, levels=4):
    """Few different scores, some below 0, and popularities of which some are equal."""
    score = (rng.integers(0, levels, n_items) - levels / 2) / 4
    return score, rng.integers(1, 9, n_items).astype(float)


def _in_billions(rng):
    """Scores whose decimals fit into no whole number of 64 bits; the highest is least popular."""
    order = rng.permutation(8)
    return (order + 1) * 1e9, 8.0 - order, 8


def _to_ten_decimals(rng):
    """Scores that differ in the tenth decimal, and others that differ in the eleventh alone.

    The last two differ by less than the first of those and the last, and are not equal.
    """
    order = rng.permutation(6)
    near = np.array([0.0, 2e-11, 3e-10, 3.2e-10, 5.4e-10, 5.6e-10])[order]
    popularity = np.array([9.0, 2.0, 4.0, 3.0, 8.0, 1.0])[order]
    zeros = np.array([0.0, -1e-12, -0.0, 1e-12])
    return [(0.3 + near, popularity, 6), (zeros, np.arange(4.0), 3)]


def _nearly_equal(rng):
    """Sums that are equal on paper, in floats a digit apart, the higher one less popular."""
    order = rng.permutation(6)
    score = np.array([0.1 + 0.2, 0.3, 0.7, 0.1 * 7, 0.2, 0.3 - 0.1])[order]
    popularity = np.array([1.0, 5.0, 8.0, 2.0, 4.0, 6.0])[order]
    return [(score, popularity, 6), (score, popularity, 3)]


rank_with_ties = WriteIt(
    reference=reference.rank_with_ties,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "by score, and among equal scores by popularity",
            lambda rng: [(*_scored(rng), 12), (*_scored(rng, 30, 3), 10), (*_scored(rng), 5)],
        ),
        Property(
            "score_first",
            "a higher score comes first, however popular the other item is",
            lambda rng: [
                (rng.permutation(np.arange(8)) / 100, rng.permutation(np.arange(8)) * 1000.0, 8),
                _in_billions(rng),
            ],
        ),
        Property(
            "equal_to_ten_decimals",
            "scores that differ only by rounding are equal",
            lambda rng: [*_nearly_equal(rng), *_to_ten_decimals(rng)],
        ),
        Property(
            "last_tie_by_number",
            "where score and popularity are equal, the lower number comes first",
            lambda rng: [(_scored(rng, 40, 2)[0], np.full(40, 3.0), n) for n in (40, 25)],
        ),
        Property(
            "near_scores",
            "scores that differ in the ninth decimal are not equal, however popular the other is",
            lambda rng: (
                [
                    (base + rng.permutation(np.arange(9)) * gap, rng.permutation(9) * 1e5, 9)
                    for base, gap in ((0.3, 1e-9), (-0.3, 1e-8), (0.3, 1e-4), (123456.0, 1e-5))
                ]
                + [(0.3 + rng.permutation(9) * 1e-4, rng.permutation(9) / 100, 9)]
            ),
        ),
        Property(
            "lists_and_shares",
            "score and popularity may be lists, and the popularity a share",
            lambda rng: [
                (_scored(rng)[0].tolist(), (rng.permutation(12) / 20).tolist(), 12),
                # Only scores are rounded.
                ([0.3] * 4, [0.2, 0.9, 0.5, 0.5 + 1e-12], 4),
            ],
        ),
        Property(
            "n_out_of_range",
            "n may be 0, or larger than the number of items",
            lambda rng: [(*_scored(rng), 0), (*_scored(rng), 99)],
        ),
    ),
    misconceptions=(
        wrong.ties_by_column,
        wrong.popularity_first,
        wrong.less_popular_first,
        wrong.popularity_added,
        wrong.score_times_popularity,
        wrong.last_tie_by_higher_number,
        wrong.not_rounded,
        wrong.rounded_too_roughly,
        wrong.cut_off_not_rounded,
        wrong.popularity_cut,
        wrong.cut_before_the_ties,
        wrong.all_for_none,
        wrong.lists_negated,
        wrong.sign_ignored,
        wrong.worst_score_first,
    ),
)


# ---- hybrid_rank ----------------------------------------------------------------------------


def _voices(rng, n_items=9):
    """Three recommenders on three scales, the last with an outlier."""
    return {
        "neighbours": rng.random(n_items),
        "popularity": rng.random(n_items) * 900 + 100,
        "content": np.append(rng.random(n_items - 1), 6.0),
    }


_WEIGHTS = {"neighbours": 1.0, "popularity": 0.7, "content": 0.4}


def _in_another_order(rng):
    """One weight decides, and the weights do not stand in the order of the recommenders."""
    return _voices(rng), {"content": 0.02, "popularity": 0.3, "neighbours": 5.0}, [], 9


def _weighed_against(rng):
    """A weight below 0 outweighs the others."""
    return _voices(rng), {"neighbours": -2.0, "popularity": 0.7, "content": 0.4}, [], 9


def _with_gaps(rng):
    """Some scores are missing; in two of the cases the divisor of the variance decides."""
    cases: list[tuple] = []
    while len(cases) < 8:
        parts = _voices(rng)
        parts["popularity"][rng.permutation(9)[:6]] = np.nan
        if not cases:
            # Of one item nobody knows anything.
            for scores in parts.values():
                scores[5] = np.nan
        case: tuple = (parts, _WEIGHTS, [], 9)
        delicate = wrong.spread_of_a_sample(*case) != reference.hybrid_rank(*case)
        if delicate or len(cases) < 6:
            cases.append(case)
    return cases


def _with_infinities(rng):
    cases: list[tuple] = []
    for n in (6, 6, 6, 9):
        parts = _voices(rng)
        mine = rng.permutation(9)[:3]
        parts["neighbours"][mine] = -np.inf
        # What has no score may be shown all the same.
        cases.append((parts, _WEIGHTS, mine.tolist() if n < 9 else [], n))
    return cases


def _with_a_constant(rng):
    cases: list[tuple] = []
    for constant in (0.1, 7.0):
        parts = _voices(rng)
        parts["content"] = np.full(9, constant)
        cases.append((parts, _WEIGHTS, [1], 9))
    silent = _voices(rng) | {"content": np.full(9, np.nan)}
    # The mean of three floats of 0.1 is not 0.1, and their spread not 0. Among the neighbours each
    # of the three is next to others, so that a z-score of 1 or -1 would take it past one.
    items = rng.permutation(9)
    few, places = np.full(9, np.nan), np.zeros(9)
    few[items[:3]] = 0.1
    places[items] = [2, 4, 6, 0, 1, 3, 5, 7, 8]
    gaps: list[tuple] = [
        ({"content": sign * few, "neighbours": places / 30}, _WEIGHTS, [], 9) for sign in (1, -1)
    ]
    return [*cases, (silent, _WEIGHTS, [], 9), *gaps]


def _equal_on_paper(rng):
    """Three items with the same three scores, each from another recommender."""
    cases: list[tuple] = []
    for _ in range(6):
        items, scores = rng.permutation(9)[:3], rng.random(3)
        parts = {name: np.full(9, scores.mean()) for name in "abc"}
        for shift, name in enumerate("abc"):
            parts[name][items] = np.roll(scores, shift)
        cases.append((parts, dict.fromkeys("abc", 1.0), [], 9))
    return cases


# Two recommenders say the opposite: the one with the larger weight decides, however small its unit.
OPPOSED: tuple = (
    {"neighbours": np.array([1e-7, 3e-7, 2e-7]), "content": np.array([3.0, 1.0, 2.0])},
    {"neighbours": 1.0, "content": 0.95},
    [],
    3,
)
# A hundredth decides: nothing may be added to a small spread.
NEARLY_OPPOSED: tuple = (OPPOSED[0], {"neighbours": 1.0, "content": 0.995}, [], 3)


def _rescaled(rng):
    parts = _voices(rng)
    parts["neighbours"] = parts["neighbours"] * 1e6 + 5
    other = _voices(rng)
    other["popularity"] = other["popularity"] / 1e6
    tiny = {"neighbours": rng.random(9) / 1e7}
    # Large numbers of which the last is the best.
    near = {"neighbours": 100_000 + np.sort(rng.random(9))}
    return [
        *((each, _WEIGHTS, [], 9) for each in (parts, other, tiny, near)),
        OPPOSED,
        NEARLY_OPPOSED,
    ]


def _without_seen(rng):
    # What was bought twice may be named twice.
    return [
        (_voices(rng), _WEIGHTS, rng.permutation(9)[:4].tolist() * times, n)
        for n, times in ((3, 1), (5, 1), (9, 2))
    ]


# Two items that differ by little, and not by rounding.
NEAR: tuple = {"neighbours": np.array([0.0, 1.0, 0.5001, 0.5002])}, {"neighbours": 1.0}, [], 4
hybrid_rank = WriteIt(
    reference=reference.hybrid_rank,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the weighted sum of z-scores decides",
            lambda rng: (
                [(_voices(rng), _WEIGHTS, [], 9) for _ in range(3)]
                + [_in_another_order(rng), _weighed_against(rng), NEAR]
            ),
        ),
        Property(
            "scale_does_not_matter", "the unit of a recommender's scores changes nothing", _rescaled
        ),
        Property(
            "nan_is_the_mean", "where a recommender has no score, its z-score is 0", _with_gaps
        ),
        Property(
            "minus_infinity_is_no_score",
            "minus infinity is treated like NaN: the other scores keep their z-scores",
            _with_infinities,
        ),
        Property(
            "constant_is_harmless",
            "a recommender that scores every item the same changes nothing",
            _with_a_constant,
        ),
        Property("seen_left_out", "seen items are left out, and n others are shown", _without_seen),
        Property(
            "ties_by_number",
            "of equals the lower number comes first",
            lambda rng: [
                ({"a": rng.integers(0, 3, 30) / 1.0}, {"a": 1.0}, [], 30),
                # Whole numbers, of which the z-scores are none.
                ({"a": rng.integers(0, 6, 30)}, {"a": 1.0}, [], 12),
                *_equal_on_paper(rng),
            ],
        ),
    ),
    misconceptions=wrong.HYBRIDS,
)


# ---- kill_hybrid ----------------------------------------------------------------------------


def _with_masked_arrays(parts, w, seen, n):
    """Right, by masked arrays; an array of numpy integers comes back."""
    total = np.zeros(len(next(iter(parts.values()))))
    for name, scores in parts.items():
        known = np.ma.masked_invalid(scores.astype(float))
        spread = known.std() if known.count() else 0.0
        if spread > 1e-10:
            total += w[name] * ((known - known.mean()) / spread).filled(0.0)
    total = total.round(12)
    order = np.lexsort((np.arange(len(total)), -total))
    return np.array([item for item in order if item not in set(seen)][:n])


def _by_loop(parts, w, seen, n):
    """Right, in plain Python."""
    n_items = len(next(iter(parts.values())))
    total = [0.0] * n_items
    for name, scores in parts.items():
        # NaN and minus infinity are not above it.
        known = [float(s) for s in scores if s > -math.inf]
        mean = math.fsum(known) / len(known) if known else 0.0
        spread = math.sqrt(math.fsum((s - mean) ** 2 for s in known) / len(known)) if known else 0
        for item, s in enumerate(scores):
            if s > -math.inf and spread > 1e-10:
                total[item] += w[name] * (float(s) - mean) / spread
    unseen = [item for item in range(n_items) if item not in seen]
    return sorted(unseen, key=lambda item: (-round(total[item], 12), item))[:n]


kill_hybrid = WriteTheTest(
    reference=reference.kill_hybrid,
    points=3,
    minutes=15,
    level="mid",
    right={
        "reference": reference.hybrid_rank,
        "masked_arrays": _with_masked_arrays,
        "loop": _by_loop,
    },
    mutants=wrong.PLANTED_HYBRIDS,
    enough=8,
    misconceptions=(
        wrong.accepts_any_hybrid,
        wrong.rejects_any_hybrid,
        wrong.one_recommender_only,
        wrong.without_gaps,
        wrong.looks_only_at_seen,
    ),
)


# ---- in_batch_softmax_logq ------------------------------------------------------------------


def _batch(rng, size=6, scale=1.0, tau=1.0):
    U, V = rng.normal(0, scale, (2, size, 4)).round(3)
    return U, V, np.log(rng.dirichlet(np.ones(size))).round(3), tau


def _own_item_on_top(rng):
    """Scores in the thousands, the highest of each row on the diagonal."""
    U = 60 * np.eye(4) + rng.normal(0, 1, (4, 4)).round(2)
    return U, U.copy(), np.log(rng.dirichlet(np.ones(4))).round(3), 1.0


def _own_item_far_below(rng):
    """Scores around 0, except that each user's own item is a thousand below the others."""
    U = np.eye(4) * 40
    return U, -25 * np.eye(4) + rng.normal(0, 0.01, (4, 4)), np.log(np.full(4, 0.25)), 1.0


# Two users have bought the same item: it is in the batch twice, and stands against itself.
BOUGHT_TWICE = (
    np.array([[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]),
    np.array([[2.0, 1.0], [2.0, 1.0], [0.0, 1.0]]),
    np.array([-0.5, -0.5, -2.0]),
)
in_batch_softmax_logq = WriteIt(
    reference=reference.in_batch_softmax_logq,
    points=4,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "values",
            "the cross-entropy of each user's own item among the items of the batch",
            lambda rng: [_batch(rng), _batch(rng, 9), _batch(rng, 4)[:3], BOUGHT_TWICE],
        ),
        Property(
            "temperature",
            "tau divides the dot product and nothing else",
            lambda rng: [
                *(_batch(rng, tau=tau) for tau in (0.1, 2.0)),
                # Vectors of whole numbers.
                (*rng.integers(-2, 3, (2, 6, 4)), *_batch(rng, tau=0.5)[2:]),
            ],
        ),
        Property(
            "stable",
            "scores in the thousands give a finite and right loss",
            lambda rng: [
                _batch(rng, scale=40.0),
                _batch(rng, scale=40.0, tau=0.5),
                _own_item_on_top(rng),
                _own_item_far_below(rng),
            ],
        ),
        Property(
            "single_pair",
            "a batch of one has nothing to choose from",
            lambda rng: [_batch(rng, 1) for _ in range(2)],
            stands="With one pair the loss is 0.",
        ),
    ),
    misconceptions=(
        wrong.no_correction,
        wrong.correction_added,
        wrong.temperature_on_everything,
        wrong.overflows,
        wrong.underflows,
        wrong.summed_over_the_batch,
        wrong.items_choose_users,
        wrong.largest_of_the_whole_batch,
        wrong.small_number_in_the_logarithm,
        wrong.negatives_only,
        wrong.own_item_not_corrected,
        wrong.probability_subtracted,
        wrong.logarithm_taken_again,
        wrong.cosines_for_dot_products,
        wrong.temperature_multiplies,
        wrong.temperature_left_out,
        wrong.sign_of_the_loss,
    ),
)


# ---- accept_model ---------------------------------------------------------------------------


# How units differ beside the mean: most of them are better than it, or few.
_MOST, _FEW = [1] * 5 + [-5], [3, 3, -2, -2, -2]


def _trial(rng, gains, noise=0.2, n_units=30, units=None, size=1.0):
    """Errors of a baseline, and of a model that is better by ``gains``, one for each seed.

    The noise of the mean is fixed, so that what is true of the model is true of the draw.
    """
    base = rng.normal(5, 2, n_units)
    if units is None:
        shared = rng.normal(0, noise, n_units)
        shared -= shared.mean()
    else:
        shared = np.resize(units, n_units) * noise / np.std(units)
    new = np.array([base - size * (gain + shared) for gain in gains])
    order = rng.permutation(n_units)
    return new[:, order], base[order]


def _many_by_luck(rng, gains=(0.1, 0.1)):
    """Better on five of six units, and worse by far on the last: within the noise."""
    return _trial(rng, gains, np.mean(gains) / 0.44, 6, _MOST)


def _few_and_clear(rng, gains=(0.1, 0.11)):
    """Worse on most of the units, and clearly better in the mean: by less than others by luck.

    Beside the differences themselves it is less too: there are more units.
    """
    return _trial(rng, gains, np.mean(gains) / 0.4, 60, _FEW, size=0.5)


def _small_and_large():
    """Twice the error on forty small units, a fifth less on twenty large ones: less in all."""
    base = np.repeat([0.1, 10.0, 0.1], 20)
    new = np.where(base < 1, 2 * base, 0.8 * base)
    return np.array([new, new]), base


def _both_sources(rng, clear=2.25, n_units=60, n_seeds=8):
    """A gain as clear beside luck in units, and beside luck in seeds: both make it less so."""
    gain = 0.2
    noise = gain * np.sqrt(n_units) / clear
    spread = gain * np.sqrt(n_seeds) / clear * rng.permutation([-1, 1] * (n_seeds // 2))
    return _trial(rng, gain + spread, noise, n_units, np.linspace(-1, 1, n_units))


def _near_the_border(rng, clear, n_units=60, size=1.0):
    """Luck in the units alone, not skewed, and a gain of so many times its standard deviation."""
    gains = (clear / np.sqrt(n_units),) * 2
    return _trial(rng, gains, 1.0, n_units, np.linspace(-1, 1, n_units), size)


def _as_many_seeds_as_units(rng):
    """A table that looks the same on its side: better by a half on each of four unlike units."""
    base = rng.permutation([1.0, 2.0, 3.0, 9.0])
    return np.array([base - 0.5] * 4), base


def _small_errors():
    """Better on each of four units, with either seed, by some thousandths: by a tenth."""
    base = np.array([0.03, 0.05, 0.04, 0.02])
    return np.array([base - 0.004, base - 0.003]), base


def _no_difference(rng):
    base = rng.normal(5, 2, 60)
    return np.array([base, base]), base


# The value is one of two: each property is asked for both, so that no guess or threshold holds it.
accept_model = WriteIt(
    reference=reference.accept_model,
    points=4,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "tells_gain_from_noise",
            "a clear gain is accepted; a loss, a difference within the noise, and no difference at "
            "all are rejected",
            lambda rng: [
                _no_difference(rng),
                _few_and_clear(rng),
                _trial(rng, (-0.2, -0.3, -0.1)),
                _many_by_luck(rng),
                _small_and_large(),
                _small_errors(),
            ],
        ),
        Property(
            "seeds_are_drawn_too",
            "a gain that hangs on one seed of five is not accepted, and one of all five is",
            lambda rng: [
                _trial(rng, (0.9, -0.1, -0.12, -0.08, -0.1), noise=0.14),
                _trial(rng, (-0.06, -0.05, 1.2, -0.07, -0.06), 0.3, 12, _MOST),
                _few_and_clear(rng, (0.1, 0.12, 0.08, 0.11, 0.09)),
            ],
        ),
        Property(
            "unlucky_seed_accepted",
            "one unlucky seed among eight does not speak against a model, and four do",
            lambda rng: [
                _trial(rng, (-0.1, 0.5, 0.45, 0.5, 0.55, 0.5, 0.4, 0.5)),
                _few_and_clear(rng, (0.1, 0.11, 0.1, -0.02, 0.09, 0.1, 0.11, 0.1)),
                _trial(rng, (-0.4, 0.5, 0.6, -0.4, 0.5, -0.45, 0.5, -0.35), 1.1, 12, _MOST),
            ],
        ),
        Property(
            "every_seed_counts",
            "the mean over seeds decides: one disastrous run counts in full, and so do good ones",
            lambda rng: [
                _trial(rng, (0.3,) * 8 + (-3.0,)),
                # Three draws of the bad seed in five are no rarity; a normal interval misses them.
                _trial(rng, (0.3, 0.3, 0.3, 0.3, -0.22), noise=0.02),
                # Three in six: a normal interval sees them, and one that is reflected does not.
                _trial(rng, (0.3, 0.3, 0.3, 0.3, 0.3, -0.42), noise=0.02),
                _trial(rng, (0.2, 0.21, -0.01, -0.01, 0.19, -0.01, 0.2, -0.01, -0.01), noise=0.02),
            ],
        ),
        Property(
            "both_ends",
            "the interval of 95 % leaves out 2.5 % at each end",
            lambda rng: [
                _near_the_border(rng, 1.75),
                _near_the_border(rng, 2.3, 100, size=0.5),
                _near_the_border(rng, 1.75, 20),
            ],
        ),
        Property(
            "seeds_are_not_units",
            "five runs on the same units make no more units",
            lambda rng: [
                _trial(rng, (0.05,) * 5, 0.25, 30, np.linspace(-1, 1, 30)),
                _many_by_luck(rng, (0.1,) * 5),
                _few_and_clear(rng, (0.1,) * 5),
            ],
        ),
        Property(
            "both_at_once",
            "luck in units and luck in seeds add up",
            lambda rng: [
                _both_sources(rng),
                _both_sources(rng, 3.5, 120),
                _both_sources(rng, n_units=24),
            ],
        ),
        Property(
            "paired",
            "a unit that is hard for both models says nothing about their difference",
            lambda rng: [
                _as_many_seeds_as_units(rng),
                _few_and_clear(rng),
                _many_by_luck(rng),
            ],
        ),
    ),
    misconceptions=(
        wrong.units_drawn_alone,
        wrong.seeds_drawn_alone,
        wrong.best_seed_counts,
        wrong.first_seed_counts,
        wrong.no_interval,
        wrong.higher_is_better,
        wrong.units_not_paired,
        wrong.single_differences_judged,
        wrong.worst_seed_counts,
        wrong.median_seed_counts,
        wrong.runs_taken_for_units,
        wrong.lower_end_below_zero,
        wrong.either_side_accepted,
        wrong.two_intervals,
        wrong.units_apart_for_each_seed,
        wrong.one_end_alone,
        wrong.normal_interval,
    ),
)


# ---- retrieve_rank_rerank -------------------------------------------------------------------


def _request(rng, times=(3.0, 5.0, 4.0), budget=20.0, rank_us=1000.0, n=5, per_kind=2):
    n_items = 40
    sources = [(ms, rng.permutation(n_items)[: int(rng.integers(6, 15))].tolist()) for ms in times]
    score = rng.permutation(n_items) / 10
    return sources, score, rng.integers(0, 5, n_items), budget, rank_us, per_kind, n


def _just_affordable(rng):
    """Times of which the floats come out a little below the whole number."""
    cases: list[tuple] = []
    while len(cases) < 3:
        budget, ms = (float(x) / 10 for x in rng.integers([8, 1], [40, 4]))
        rank_us = float(rng.choice([100, 50, 200]))
        left = (budget - ms) * 1000 / rank_us
        if int(left) != round(left) and abs(left - round(left)) < 1e-9:
            case = _request(rng, (ms,), budget, rank_us, 30, 30)
            sources = [(ms, rng.permutation(40).tolist())]
            if 3 <= round(left) <= 30:
                cases.append((sources, *case[1:]))
    return cases


def _nothing_in_common(rng, budget):
    """No item is returned twice, and the slowest source is the first."""
    sources, *rest = _request(rng, (2.0, 1.0, 1.5), budget, 1000.0, 40, 40)
    items = rng.permutation(40).tolist()
    return [(ms, items[i::3]) for i, (ms, _) in enumerate(sources)], *rest


def _nothing_returned(rng):
    """The slowest source that is waited for has no candidates."""
    sources, *rest = _request(rng, (3.0, 8.0, 4.0), n=30, per_kind=9)
    return [sources[0], (8.0, []), sources[2]], *rest


def _nearly_affordable(rng):
    """A time that is a part of a thousandth too short for the last candidate."""
    cases = []
    for ms, n_ranked in ((4.0, 5), (2.0, 9)):
        rank_us = 1000 * (12.0 - ms) / n_ranked * (1 + 1e-6)
        cases.append(_request(rng, (ms, ms / 2), 12.0, rank_us, 40, 40))
    return cases


# A source that takes half of an odd budget, and returns nothing: it was waited for.
IN_VAIN = (
    [(2.0, [0, 1, 2]), (4.5, [])],
    np.array([0.1, 0.2, 0.9]),
    np.array([0, 1, 2]),
    9.0,
    2000.0,
    1,
    3,
)
# The second source has the first one's best item, and no other in its place.
SAME_FIRST = (
    [(1.0, [0, 1, 2]), (1.0, [0, 3, 4])],
    np.array([0.5, 0.1, 0.2, 0.9, 0.3]),
    np.array([0, 1, 2, 3, 4]),
    3.0,
    1000.0,
    1,
    5,
)
# The three best are of one kind.
THREE_OF_A_KIND = (
    [(1.0, [3, 2, 1, 0])],
    np.array([0.9, 0.8, 0.7, 0.1]),
    np.array([5, 5, 5, 6]),
    9.0,
    1000.0,
    1,
    2,
)
# Half of the budget is left, which is too little for one candidate.
NO_TIME = ([(5.0, [0, 1])], np.array([0.3, 0.9]), np.array([0, 1]), 10.0, 6000.0, 2, 2)


def _same_items(rng):
    cases = []
    for budget in (13.0, 60.0):
        sources, *rest = _request(rng, budget=budget, per_kind=4)
        items = [0, *(item for item in sources[0][1] if item)]
        same = [(ms, items[i:] + items[:i]) for i, (ms, _) in enumerate(sources)]
        cases.append((same, *rest))
    return cases


def _one_of_a_kind(rng):
    """Kinds are names: the one below 0 has its own place, as the largest one has."""
    cases = []
    for n in (6, 4):
        sources, score, kind, *rest, _ = _request(rng, budget=60.0, n=n, per_kind=1)
        kind -= 1
        kind[sources[0][1][:2]] = [-1, 3]
        cases.append((sources, score, kind, *rest, n))
    return cases


def _equal_scores(rng):
    cases = []
    for n in (5, 20):
        sources, score, *rest = _request(rng, n=n, per_kind=n)
        cases.append((sources, np.round(score), *rest))
    return cases


retrieve_rank_rerank = WriteIt(
    reference=reference.retrieve_rank_rerank,
    points=4,
    minutes=20,
    level="senior",
    properties=(
        Property(
            "values",
            "the candidates that time allows, ranked, at most per_kind of a kind",
            lambda rng: [_request(rng, budget=b) for b in (12.0, 15.0, 20.0, 60.0)],
        ),
        Property(
            "late_source_left_out",
            "a source that takes more than half of the budget is not waited for",
            lambda rng: [
                _request(rng, (4.0, 11.0, 6.0)),
                _request(rng, (4.0, 10.0, 6.0)),
                _request(rng, (15.0, 16.0)),
                _request(rng, (2.0, 6.0, 10.0), n=30, per_kind=9),
                _request(rng, (15.0, 12.0)),
                _nothing_returned(rng),
                IN_VAIN,
            ],
        ),
        Property(
            "in_turn",
            "each source has its first candidate ranked before any has its second",
            lambda rng: [
                *(_nothing_in_common(rng, budget) for budget in (6.0, 9.0)),
                _request(rng, (2.0, 1.0, 1.5), 60.0, 1000.0, 40, 40),
            ],
        ),
        Property(
            "last_does_not_fit",
            "a candidate for which the time is too short is not ranked",
            lambda rng: [
                *(_request(rng, (3.0, 4.0), b, 1700.0, 40, 40) for b in (12.6, 15.1, 18.0)),
                *_nearly_affordable(rng),
                NO_TIME,
            ],
        ),
        Property(
            "no_duplicates",
            "an item from two sources is one candidate",
            lambda rng: [*_same_items(rng), SAME_FIRST],
        ),
        Property(
            "full_list",
            "at most per_kind items of a kind are shown, and the list is filled up to n",
            lambda rng: [*_one_of_a_kind(rng), THREE_OF_A_KIND],
        ),
        Property(
            "budget_met_exactly",
            "a candidate for which the time is just enough is ranked",
            _just_affordable,
        ),
        Property("ties_by_number", "of equal scores the lower number comes first", _equal_scores),
    ),
    misconceptions=(
        wrong.sources_one_at_a_time,
        wrong.slow_source_waited_for,
        wrong.everything_ranked,
        wrong.first_source_first,
        wrong.duplicates_ranked,
        wrong.cut_before_the_rule,
        wrong.rule_forgotten,
        wrong.order_of_retrieval_kept,
        wrong.budget_missed_by_a_float,
        wrong.exactly_half_is_late,
        wrong.late_source_charged,
        wrong.half_for_the_ranker,
        wrong.shortest_source_ends_it,
        wrong.item_zero_lost,
        wrong.rule_before_the_order,
        wrong.micro_taken_for_milli,
        wrong.last_one_does_not_fit,
        wrong.ties_by_retrieval,
        wrong.ties_by_higher_number,
        wrong.worst_candidates_first,
        wrong.no_source_fails,
    ),
)


# ---- calibrated_list ------------------------------------------------------------------------


def _mix(rng, lam, n=6, n_items=15, n_kinds=3):
    """Each kind has items enough; the kind that is wanted least has the best scores."""
    kind = np.concatenate([np.repeat(np.arange(n_kinds), 2), rng.integers(0, n_kinds, n_items - 6)])
    wanted = np.array([0.55, 0.3, 0.15])
    score = (rng.random(n_items) * 0.6 + 0.2 * kind).round(3)
    return score, kind, wanted, lam, n


def _rare_and_best(rng):
    """The kind that is wanted least has by far the best scores, which is too little for the mix."""
    score, kind, wanted, _, _ = _mix(rng, 0.5)
    return np.where(kind == 2, 1.3, 0.0) + score.round(1) / 5, kind, wanted, 0.5, 12


def _hardly_wanted(rng):
    """Of two kinds that are hardly wanted, one has one item and the other none."""
    kind = rng.permutation([0] * 9 + [1])
    return rng.permutation(10) / 1000, kind, np.array([0.94, 0.03, 0.03]), 0.9, 8


def _wanted_and_absent(rng):
    """The kind that is wanted most has no item, and its share is not handed to the others."""
    order = rng.permutation(4)
    score, kind = np.array([0.2, 0.1, 0.9, 0.4]), np.array([1, 2, 1, 2])
    return score[order], kind[order], np.array([2, 2, 3]) / 7, 0.5, 4


# Sevenths, which no two decimals hold.
OF_SEVEN = (np.zeros(9), np.repeat([0, 1, 2], [4, 3, 2]), np.array([0.5, 0.3, 0.2]), 1.0, 7)


def _nearly_alike(rng):
    """Scores that differ in the eighth decimal; of two kinds, two equal on paper and far above."""
    score = np.append(0.2 + np.arange(13) / 1e8, [0.3, 0.1 + 0.2])
    _, kind, *rest = _mix(rng, 0.0)
    return score, np.append(kind[:13], [0, 1]), *rest


def _alike(rng):
    """Two kinds that are wanted alike, with another one between them, and equal scores."""
    cases = []
    for lam in (0.4, 0.5, 0.6, 0.7):
        kind = rng.permutation(np.repeat([0, 1, 2], 4))
        rare = int(rng.integers(10, 40)) / 100
        score = np.where(kind == 1, 0.3, 0.5)
        cases.append((score, kind, np.array([rare, 1 - 2 * rare, rare]), lam, 9))
    return cases


def _unwanted_kind(rng):
    return [
        (*_mix(rng, lam)[:2], np.array([0.6, 0.4, 0.0]), lam, n) for lam, n in ((0.4, 6), (0.6, 8))
    ]


calibrated_list = WriteIt(
    reference=reference.calibrated_list,
    points=4,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "values",
            "each step adds the item that makes the whole list best",
            lambda rng: [
                *(_mix(rng, lam) for lam in (0.05, 0.1, 0.3, 0.5, 0.7)),
                _hardly_wanted(rng),
                _wanted_and_absent(rng),
                _rare_and_best(rng),
            ],
        ),
        Property(
            "ties_by_number", "of items that are equal the lower number is added first", _alike
        ),
        Property(
            "lam_at_the_ends",
            "with lam of 0 the scores alone decide, with 1 the mix alone",
            lambda rng: [_nearly_alike(rng), _mix(rng, 1.0), OF_SEVEN],
        ),
        Property(
            "kind_not_wanted",
            "a kind with a share of 0 adds nothing to the divergence",
            _unwanted_kind,
        ),
        Property(
            "n_out_of_range",
            "n may be 0, or larger than the number of items",
            lambda rng: [_mix(rng, 0.5, 0), _mix(rng, 0.5, 40)],
        ),
    ),
    misconceptions=(
        wrong.best_scores_alone,
        wrong.lam_the_other_way,
        wrong.divergence_the_other_way,
        wrong.shares_of_the_full_length,
        wrong.squared_difference,
        wrong.ordered_by_score_in_the_end,
        wrong.quotas_filled,
        wrong.logarithm_of_base_two,
        wrong.absolute_difference,
        wrong.not_mixed,
        wrong.mixed_the_other_way,
        wrong.mean_score_of_the_list,
        wrong.unwanted_kind_spoils_the_sum,
        wrong.best_n_put_in_order,
        wrong.too_few_items_fail,
        wrong.higher_number_added_first,
    ),
)


# ---- recommend_discoveries ------------------------------------------------------------------

recommend_discoveries = BeatIt(
    reference=reference.recommend_discoveries,
    left_as_is=True,
    points=5,
    minutes=40,
    level="senior",
    seconds=90.0,
    task=holdout.new_items,
    baseline=wrong.popular_products,
    metrics=(Metric("ndcg_at_10", holdout.mean_ndcg),),
    # On some draws two equally good models differ by a fifth of the way.
    par=0.75,
    problem=holdout.problem_with_products,
    misconceptions=(
        wrong.popular_products,
        wrong.svd_alone,
        wrong.popularity_counted_twice,
        wrong.bought_products_again,
        wrong.nearest_neighbour_alone,
    ),
)
