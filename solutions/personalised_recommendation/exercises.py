"""The exercises on personalised recommendation, in teaching order."""

from __future__ import annotations

import math

import numpy as np

from solutions.personalised_recommendation import misconceptions as wrong
from solutions.personalised_recommendation import reference
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
    minutes=15,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_baskets,
    misconceptions=(
        wrong.same_baskets_for_all,
        wrong.nothing_left_to_recommend,
        wrong.counts_out_of_range,
        wrong.a_whole_shop,
        wrong.baskets_alone,
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
            "cosine of the columns, times the trust in it",
            lambda rng: [
                (_counts(rng), 0.0),
                (_counts(rng), 3.0),
                (_counts(rng, 20, 6, 0.3), 10.0),
                (_counts(rng, 7, 7), 1.0),
            ],
        ),
        Property(
            "empty_item_is_zero", "an item that nobody has is like no other", _with_empty_item
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
        wrong.empty_item_divides_by_zero,
    ),
)


# ---- itemcf_scores --------------------------------------------------------------------------


def _affinities(rng, n_items=8):
    P = rng.random((n_items, n_items)).round(3)
    np.fill_diagonal(P, 0)
    return P


def _history(rng, density=0.6):
    return _counts(rng, 5, 8, density)


def _newcomer(rng):
    R = _history(rng)
    R[2] = 0
    return [(R, 2, _affinities(rng), 3)]


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
                (_history(rng), u, _affinities(rng), k) for u, k in ((0, 1), (1, 2), (3, 3))
            ],
        ),
        Property(
            "direction",
            "P[h, i] leads from what the user has to the candidate",
            lambda rng: [(_history(rng), 4, np.triu(_affinities(rng)), 2)],
        ),
        Property(
            "seen_is_minus_infinity",
            "what the user has is out of the question",
            lambda rng: [(_history(rng, 0.8), 0, _affinities(rng), 3)],
            lambda call: bool(
                (np.isneginf(call.value) == (call.args[0][call.args[1]] > 0)).all()
                and len(call.value) == call.args[0].shape[1]
            ),
        ),
        Property("newcomer_is_zero", "no history speaks for nothing", _newcomer),
        Property(
            "k_out_of_range",
            "k may be larger than the history",
            lambda rng: [(_history(rng), 1, _affinities(rng), 50)],
        ),
    ),
    misconceptions=(
        wrong.transposed,
        wrong.all_of_history,
        wrong.history_not_weighted,
        wrong.seen_scored,
        wrong.k_after_weighting,
        wrong.favourite_item_only,
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


def _featureless(rng):
    F = _catalogue(rng)
    F[2] = 0
    return [(F, _shopper(rng), 0)]


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
            lambda rng: [(_catalogue(rng), _shopper(rng), u) for u in (0, 1, 2, 3)],
        ),
        Property(
            "newcomer_is_zero", "a user without history has no taste, not NaN", _without_history
        ),
        Property("featureless_is_zero", "an item without features scores 0", _featureless),
        Property(
            "same_features_same_score",
            "two items with the same features cannot be told apart",
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
        wrong.history_all_alike,
        wrong.nan_for_newcomers,
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


def _with_gaps(rng):
    cases: list[tuple] = []
    for _ in range(8):
        parts = _voices(rng)
        parts["popularity"][rng.permutation(9)[:4]] = np.nan
        cases.append((parts, _WEIGHTS, [], 9))
    return cases


def _with_a_constant(rng):
    cases: list[tuple] = []
    for constant in (0.1, 7.0):
        parts = _voices(rng)
        parts["content"] = np.full(9, constant)
        cases.append((parts, _WEIGHTS, [1], 9))
    silent = _voices(rng) | {"content": np.full(9, np.nan)}
    return [*cases, (silent, _WEIGHTS, [], 9)]


def _rescaled(rng):
    parts = _voices(rng)
    parts["neighbours"] = parts["neighbours"] * 1e6 + 5
    return [(parts, _WEIGHTS, [], 9)]


def _without_seen(rng):
    return [(_voices(rng), _WEIGHTS, rng.permutation(9)[:4].tolist(), n) for n in (3, 5, 9)]


hybrid_rank = WriteIt(
    reference=reference.hybrid_rank,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the weighted sum of z-scores decides",
            lambda rng: [(_voices(rng), _WEIGHTS, [], 9) for _ in range(4)],
        ),
        Property("scale_does_not_matter", "whoever speaks louder says no more", _rescaled),
        Property("nan_is_neutral", "who says nothing neither helps nor harms", _with_gaps),
        Property(
            "constant_is_harmless", "who says the same of all decides nothing", _with_a_constant
        ),
        Property("seen_left_out", "seen items go, and n are shown all the same", _without_seen),
        Property(
            "ties_by_number",
            "of equals the lower number comes first",
            lambda rng: [({"a": rng.integers(0, 3, 30).astype(float)}, {"a": 1.0}, [], 30)],
        ),
    ),
    misconceptions=tuple(wrong.PLANTED_HYBRIDS.values()),
)


# ---- kill_hybrid ----------------------------------------------------------------------------


def _with_masked_arrays(parts, w, seen, n):
    """Right, by masked arrays; an array of numpy integers comes back."""
    total = np.zeros(len(next(iter(parts.values()))))
    for name, scores in parts.items():
        known = np.ma.masked_invalid(scores)
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
        known = [float(s) for s in scores if s == s]
        mean = math.fsum(known) / len(known) if known else 0.0
        spread = math.sqrt(math.fsum((s - mean) ** 2 for s in known) / len(known)) if known else 0
        for item, s in enumerate(scores):
            if s == s and spread > 1e-10:
                total[item] += w[name] * (float(s) - mean) / spread
    unseen = [item for item in range(n_items) if item not in seen]
    return sorted(unseen, key=lambda item: (-round(total[item], 12), item))[:n]


kill_hybrid = WriteTheTest(
    reference=reference.kill_hybrid,
    points=3,
    minutes=12,
    level="mid",
    right={
        "reference": reference.hybrid_rank,
        "masked_arrays": _with_masked_arrays,
        "loop": _by_loop,
    },
    mutants=wrong.PLANTED_HYBRIDS,
    enough=7,
    misconceptions=(
        wrong.accepts_any_hybrid,
        wrong.rejects_any_hybrid,
        wrong.one_recommender_only,
        wrong.one_scale_only,
        wrong.looks_only_at_seen,
        wrong.counts_only_the_items,
    ),
)


# ---- als_user_step --------------------------------------------------------------------------


def _factorisation(rng, n_users=6, n_items=9, n_factors=3, density=0.6):
    """Garbage stands where no rating was given."""
    R = rng.normal(3, 1, (n_users, n_items)).round(2)
    mask = rng.random(R.shape) < density
    mask[:, :2] = True
    return np.where(mask, R, 99.0), mask, rng.normal(0, 1, (n_items, n_factors)).round(2)


def _zeros_where_missing(rng):
    R, mask, V = _factorisation(rng)
    return [(np.where(mask, R, 0.0), mask, V, 0.8)]


def _empty_user(rng):
    R, mask, V = _factorisation(rng)
    mask[4] = False
    return [(R, mask, V, 0.5)]


def _gradient_is_zero(call: Call) -> bool:
    R, mask, V, lam = call.args
    U = np.asarray(call.value)
    gradient = np.where(mask, U @ V.T - R, 0) @ V + lam * U
    return U.shape == (len(R), V.shape[1]) and bool(np.allclose(gradient, 0, atol=1e-7))


als_user_step = WriteIt(
    reference=reference.als_user_step,
    points=4,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "gradient_is_zero",
            "at the minimum the gradient of the loss over the given ratings vanishes",
            lambda rng: [(*_factorisation(rng), lam) for lam in (0.1, 1.0, 5.0, 0.7)],
            _gradient_is_zero,
        ),
        Property(
            "missing_is_not_zero",
            "a rating that was not given is no rating of 0",
            _zeros_where_missing,
        ),
        Property("empty_user_is_zero", "without ratings the ridge alone decides", _empty_user),
        Property(
            "fewer_ratings_than_factors",
            "the ridge makes the solution unique",
            lambda rng: [(*_factorisation(rng, 4, 3, 6), 0.3)],
        ),
    ),
    misconceptions=(
        wrong.missing_rated_zero,
        wrong.mask_ignored,
        wrong.no_ridge,
        wrong.ridge_times_count,
        wrong.half_the_ridge,
        wrong.last_factor_free,
    ),
)


# ---- in_batch_softmax_logq ------------------------------------------------------------------


def _batch(rng, size=6, scale=1.0, tau=1.0):
    U, V = rng.normal(0, scale, (2, size, 4)).round(3)
    return U, V, np.log(rng.dirichlet(np.ones(size))).round(3), tau


in_batch_softmax_logq = WriteIt(
    reference=reference.in_batch_softmax_logq,
    points=4,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "values",
            "cross-entropy of each user's own item among the items of the batch",
            lambda rng: [_batch(rng), _batch(rng, 9), _batch(rng, 4)],
        ),
        Property(
            "temperature",
            "tau divides the dot product and nothing else",
            lambda rng: [_batch(rng, tau=tau) for tau in (0.1, 0.5, 2.0)],
        ),
        Property(
            "stable",
            "scores in the thousands give a finite loss",
            lambda rng: [_batch(rng, scale=40.0), _batch(rng, scale=40.0, tau=0.5)],
        ),
        Property(
            "single_pair",
            "a batch of one has nothing to choose from",
            lambda rng: [_batch(rng, 1)],
        ),
    ),
    misconceptions=(
        wrong.no_correction,
        wrong.correction_added,
        wrong.temperature_on_everything,
        wrong.overflows,
        wrong.summed_over_the_batch,
        wrong.items_choose_users,
    ),
)


# ---- accept_model ---------------------------------------------------------------------------


def _trial(rng, gains, noise=0.3, n_units=200):
    """Errors of a baseline, and of a model that is better by ``gains``, one for each seed.

    The noise of the mean is fixed, so that what is true of the model is true of the draw.
    """
    base = rng.normal(5, 2, n_units)
    shared = rng.normal(0, noise, n_units)
    shared -= shared.mean()
    new = np.array([base - gain + shared for gain in gains])
    order = rng.permutation(n_units)
    return new[:, order], base[order]


accept_model = WriteIt(
    reference=reference.accept_model,
    points=4,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "tells_gain_from_noise",
            "a clear gain is accepted, a loss and a difference within the noise are not",
            lambda rng: [
                _trial(rng, (0.3, 0.25, 0.35)),
                _trial(rng, (-0.2, -0.3, -0.1)),
                _trial(rng, (0.01, 0.012, 0.008)),
                _trial(rng, (0.15, 0.15)),
                _trial(rng, (-0.01, 0.02), noise=0.5),
                _trial(rng, (0.2, 0.2, 0.2), noise=0.6),
            ],
        ),
        Property(
            "lucky_seed_rejected",
            "one seed among several does not make a model better",
            lambda rng: [_trial(rng, (0.5, -0.4, -0.3)), _trial(rng, (-0.5, -0.4, 0.6))],
        ),
        Property(
            "unlucky_seed_accepted",
            "one seed among several does not make a model worse",
            lambda rng: [_trial(rng, (0.5, 0.4, -0.1))],
        ),
        Property(
            "every_seed_counts",
            "a mean over seeds: neither the median nor a vote forgets a disastrous run",
            lambda rng: [_trial(rng, (0.3, 0.3, -0.9)), _trial(rng, (-0.05, -0.05, 0.6))],
        ),
        Property(
            "seeds_are_not_units",
            "five runs on the same units make no more units",
            lambda rng: [_trial(rng, (0.05,) * 5, noise=0.5)],
        ),
        Property(
            "paired",
            "what is hard for both models says nothing about their difference",
            lambda rng: [_trial(rng, (0.1, 0.1), noise=0.2)],
        ),
    ),
    misconceptions=(
        wrong.best_seed_counts,
        wrong.first_seed_counts,
        wrong.no_interval,
        wrong.higher_is_better,
        wrong.units_not_paired,
        wrong.worst_seed_counts,
        wrong.median_seed_counts,
        wrong.runs_taken_for_units,
    ),
)


# ---- recommend_discoveries ------------------------------------------------------------------

recommend_discoveries = BeatIt(
    reference=reference.recommend_discoveries,
    points=5,
    minutes=40,
    level="senior",
    seconds=90.0,
    task=holdout.new_items,
    baseline=wrong.popular_products,
    metrics=(Metric("ndcg_at_10", holdout.mean_ndcg),),
    # With 1,000 households two equally good models differ by up to a tenth of the way.
    par=0.85,
    problem=holdout.problem_with_products,
    misconceptions=(
        wrong.popular_products,
        wrong.blend_of_raw_scores,
        wrong.svd_alone,
        wrong.popularity_counted_twice,
        wrong.bought_products_again,
        wrong.nearest_neighbour_alone,
    ),
)
