"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from solutions.personalised_recommendation import reference

BASKETS = [[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 1]]


# ---- break_basket_recommender ---------------------------------------------------------------

# Each differs from the correct recommender by one decision, so that each is one mistake.


def _recommend(defect, R, u, n):
    R = np.asarray(R, dtype=float)
    vectors = (R > 0).astype(float) if defect == "counts_made_flags" else R
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    if defect == "norms_forgotten":
        norms = np.ones_like(norms)
    unit = vectors / np.where(norms > 0, norms, 1)
    similarity = unit @ unit.T
    if defect == "similarity_invented":
        similarity = np.full((len(R), len(R)), 0.5)
    if defect == "flags_used_as_indices":
        weights = similarity[R[u].astype(int)].mean(axis=0)
    else:
        weights = similarity[u].copy()
    weights[u] = 0
    scores = weights @ vectors
    unseen = np.arange(R.shape[1]) if defect == "seen_items_kept" else np.flatnonzero(R[u] == 0)
    places = [p for p in np.argsort(-scores[unseen], kind="stable") if scores[unseen][p] > 1e-12]
    shown = places if defect == "places_for_items" else unseen[places]
    return [int(item) for item in shown[:n]]


def correct(R, u, n):
    """The recommender without a defect, by the same steps as the flawed ones."""
    return _recommend(None, R, u, n)


def flags_used_as_indices(R, u, n):
    """The counts in the user's row were used as numbers of users."""
    return _recommend("flags_used_as_indices", R, u, n)


def similarity_invented(R, u, n):
    """The similarity was written down, not computed: all users are equally similar."""
    return _recommend("similarity_invented", R, u, n)


def seen_items_kept(R, u, n):
    """Items that the user has were recommended."""
    return _recommend("seen_items_kept", R, u, n)


def norms_forgotten(R, u, n):
    """The similarity was a dot product, so users who buy much looked similar to everybody."""
    return _recommend("norms_forgotten", R, u, n)


def counts_made_flags(R, u, n):
    """Counts were cut to 0 and 1."""
    return _recommend("counts_made_flags", R, u, n)


def places_for_items(R, u, n):
    """The numbers returned were places among the unseen items, not items."""
    return _recommend("places_for_items", R, u, n)


FLAWED = {
    function.__name__: function
    for function in (
        flags_used_as_indices,
        similarity_invented,
        seen_items_kept,
        norms_forgotten,
        counts_made_flags,
        places_for_items,
    )
}


def same_baskets_for_all(defect):
    """Your input shows only some of the defects. With counts of 0 and 1 alone, counts and flags are
    the same. With two users, all similarities give the same list.
    """
    return BASKETS, 1, 2


def nothing_left_to_recommend(defect):
    """The user has everything that others have, so all lists are empty, flawed or not."""
    return [[1, 1, 1], [1, 0, 1], [0, 1, 1]], 0, 3


def counts_out_of_range(defect):
    """Counts are whole numbers from 0 to 9: find baskets that a person could have bought."""
    return [[100, 1, 0], [100, 1, 50], [1, 100, 50]], 0, 1


def a_whole_shop(defect):
    """At most 6 users and 6 items are allowed, so that a person can check the example by hand."""
    return np.random.default_rng(0).integers(0, 3, (20, 10)).tolist(), 0, 3


def baskets_alone(defect):
    """Return all three arguments: the baskets, the user and ``n``."""
    return BASKETS[:2]


# ---- item_similarity ------------------------------------------------------------------------


def users_compared(R, lam=0.0):
    """You compared users: the rows. Items are columns."""
    return reference.item_similarity(np.asarray(R).T, lam)


def shrunk_by_own_count(R, lam=0.0):
    """The shrinkage counted the users of one item, not those who have both. Then S is no longer
    symmetric, and two popular items with one user in common are trusted.
    """
    S = reference.item_similarity(R)
    counts = (np.asarray(R) != 0).sum(axis=0)
    return S * (counts / np.where(counts > 0, counts + lam, 1))[:, None]


def shrunk_by_subtraction(R, lam=0.0):
    """``lam`` was subtracted from the dot product. The contract multiplies by a factor below 1,
    which never makes a similarity negative.
    """
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=0)
    S = (R.T @ R - lam) / np.where(np.outer(norms, norms) > 0, np.outer(norms, norms), 1)
    np.fill_diagonal(S, 0)
    return S


def not_shrunk(R, lam=0.0):
    """``lam`` changes nothing: two items with one user in common look perfectly alike."""
    return reference.item_similarity(R)


def diagonal_kept(R, lam=0.0):
    """An item is similar to itself, with 1: it would recommend itself. Put 0 on the diagonal."""
    S = reference.item_similarity(R, lam)
    counts = (np.asarray(R) != 0).sum(axis=0)
    return S + np.diag(counts / np.where(counts > 0, counts + lam, 1))


def diagonal_kept__one(R, lam=0.0):
    S = reference.item_similarity(R, lam)
    return S + np.diag((np.asarray(R) != 0).any(axis=0).astype(float))


def common_users_as_flag(R, lam=0.0):
    """The product of two tables of True and False is again True or False, so every number of common
    users became 1. Turn the flags into numbers first.
    """
    common = np.asarray((np.asarray(R) != 0).T @ (np.asarray(R) != 0), dtype=float)
    return reference.item_similarity(R) * common / np.where(common > 0, common + lam, 1)


def empty_item_divides_by_zero(R, lam=0.0):
    """An item that nobody has is of length 0, and 0 / 0 is NaN. The contract says 0."""
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=0)
    common = (R != 0).T.astype(float) @ (R != 0)
    with np.errstate(all="ignore"):
        S = R.T @ R / np.outer(norms, norms) * common / (common + lam)
    np.fill_diagonal(S, 0)
    return S


# ---- itemcf_scores --------------------------------------------------------------------------


def transposed(R, u, P, k):
    """``P`` was read the wrong way round: ``P[h, i]`` leads from what the user has to what she
    might like.
    """
    return reference.itemcf_scores(R, u, P.T, k)


def all_of_history(R, u, P, k):
    """All of the history counted: only the ``k`` items that speak for a candidate most do."""
    return reference.itemcf_scores(R, u, P, len(P))


def history_not_weighted(R, u, P, k):
    """An item bought nine times counted like one bought once. Multiply by ``R[u, h]``."""
    return reference.itemcf_scores((np.asarray(R) > 0).astype(float), u, P, k)


def seen_scored(R, u, P, k):
    """Items that the user has were scored too: they get minus infinity."""
    owned = np.flatnonzero(R[u])
    strongest = np.argsort(-P[owned], axis=0, kind="stable")[:k]
    weighted = P[owned] * R[u, owned][:, None]
    return np.take_along_axis(weighted, strongest, axis=0).sum(axis=0)


def k_after_weighting(R, u, P, k):
    """The ``k`` were chosen by ``P * R``. They are those that speak for the candidate most, by
    ``P`` alone; then each counts with its weight.
    """
    owned = np.flatnonzero(R[u])
    weighted = P[owned] * R[u, owned][:, None]
    scores = -np.sort(-weighted, axis=0)[:k].sum(axis=0)
    scores[owned] = -np.inf
    return scores


def favourite_item_only(R, u, P, k):
    """Only the item that the user bought most was asked."""
    alone = np.zeros_like(np.asarray(R))
    if np.any(R[u]):
        alone[u, np.argmax(R[u])] = np.max(R[u])
    scores = reference.itemcf_scores(alone, u, P, k)
    scores[np.asarray(R[u]) > 0] = -np.inf
    return scores


# ---- content_scores -------------------------------------------------------------------------


def _content(F, R, u, idf, scale=True):
    items = F * idf
    if scale:
        items = items / np.maximum(np.linalg.norm(items, axis=1, keepdims=True), 1e-12)
    profile = R[u] @ items
    lengths = np.linalg.norm(items, axis=1) * np.linalg.norm(profile)
    if not scale:
        return items @ profile
    return items @ profile / np.linalg.norm(profile) if lengths.any() else np.zeros(len(F))


def _idf(F):
    return np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1


def no_idf(F, R, u):
    """All features had the same weight. A feature that few items have says more: weigh by idf."""
    return _content(F, R, u, 1.0)


def idf_from_own_items(F, R, u):
    """The idf was taken over the items of the user. Take it over the whole catalogue."""
    own = F[np.asarray(R[u]) > 0]
    return _content(F, R, u, np.log((1 + len(own)) / (1 + (own > 0).sum(axis=0))) + 1)


def idf_not_smoothed(F, R, u):
    """The idf lacks the ones of the contract: a feature that all items have then weighs 0."""
    return _content(F, R, u, np.log(len(F) / np.maximum((F > 0).sum(axis=0), 1)))


def items_not_scaled(F, R, u):
    """Items were not scaled to length 1, so an item with many features gets a high score for its
    length alone.
    """
    return _content(F, R, u, _idf(F), scale=False)


def profile_not_scaled(F, R, u):
    """The score is a dot product with a profile that was not scaled to length 1. It then grows with
    the number of items that the user has.
    """
    items = F * _idf(F)
    items = items / np.maximum(np.linalg.norm(items, axis=1, keepdims=True), 1e-12)
    return items @ (R[u] @ items)


def history_all_alike(F, R, u):
    """The profile is a plain mean: weigh the items of the user by ``R[u]``."""
    return reference.content_scores(F, (np.asarray(R) > 0).astype(float), u)


def nan_for_newcomers(F, R, u):
    """Without history the profile is of length 0, and 0 / 0 is NaN. The contract says 0."""
    if np.any(R[u]):
        return reference.content_scores(F, R, u)
    return np.full(len(F), np.nan)


# ---- rank_with_ties -------------------------------------------------------------------------


def ties_by_column(score, popularity, n):
    """Equal scores came in the order of their numbers. Popularity decides among them first."""
    return np.argsort(-np.round(np.asarray(score, dtype=float), 10), kind="stable")[:n].tolist()


def popularity_first(score, popularity, n):
    """The items were ordered by popularity, with the score for ties. It is the other way round."""
    return reference.rank_with_ties(popularity, score, n)


def less_popular_first(score, popularity, n):
    """Among equal scores the less popular item came first."""
    return reference.rank_with_ties(score, -np.asarray(popularity, dtype=float), n)


def popularity_added(score, popularity, n):
    """A part of the popularity was added to the score. It then changes the order of items whose
    scores are not equal, too: sort by two keys instead.
    """
    popularity = np.asarray(popularity, dtype=float)
    share = popularity / max(np.abs(popularity).max(initial=0), 1e-12)
    return reference.rank_with_ties(np.asarray(score, dtype=float) + 0.1 * share, popularity, n)


def score_times_popularity(score, popularity, n):
    """The score was multiplied by the popularity. That is another score; here popularity decides
    among equal scores only.
    """
    product = np.asarray(score, dtype=float) * np.asarray(popularity, dtype=float)
    return reference.rank_with_ties(product, popularity, n)


def last_tie_by_higher_number(score, popularity, n):
    """Where score and popularity are both equal, the higher number came first. An order that is
    reversed as a whole reverses these ties too.
    """
    score = np.round(np.asarray(score, dtype=float), 10)
    return np.lexsort((np.asarray(popularity, dtype=float), score))[::-1][:n].tolist()


def not_rounded(score, popularity, n):
    """Scores were compared to the last digit. 0.1 + 0.2 and 0.3 are equal by the contract, but not
    as floats: round to ten decimals first.
    """
    keys = (-np.asarray(popularity, dtype=float), -np.asarray(score, dtype=float))
    return np.lexsort(keys)[:n].tolist()


# ---- hybrid_rank ----------------------------------------------------------------------------


def _blend(parts, w, seen, n, scale, fill=0.0):
    with np.errstate(all="ignore"):
        total = sum(w[name] * np.asarray(scale(scores)) for name, scores in parts.items())
    if fill is not None:
        total = np.nan_to_num(total, nan=fill)
    ranked = np.argsort(-total, kind="stable")
    return ranked[~np.isin(ranked, seen)][:n].tolist()


def raw_scores_added(parts, w, seen, n):
    """The raw scores were added, so the recommender with the largest numbers decides alone. Take
    z-scores.
    """
    return _blend(parts, w, seen, n, np.nan_to_num)


def constant_divides_by_zero(parts, w, seen, n):
    """A recommender that gives every item the same score has no spread, and 0 / 0 is NaN, which
    spoils the sum. Its z-scores are 0.
    """
    if any(np.nanstd(scores) < 1e-12 for scores in parts.values()):
        ranked = np.arange(len(next(iter(parts.values()))))
        return ranked[~np.isin(ranked, seen)][:n].tolist()
    return reference.hybrid_rank(parts, w, seen, n)


def nan_spoils_the_sum(parts, w, seen, n):
    """One recommender's NaN made the whole sum NaN, and the item came last. Where a recommender has
    no score, its z-score is 0.
    """
    total = sum(
        w[name] * np.where(np.isnan(scores), np.nan, reference._z_scores(scores))
        for name, scores in parts.items()
    )
    ranked = np.argsort(-np.nan_to_num(total, nan=-np.inf), kind="stable")
    return ranked[~np.isin(ranked, seen)][:n].tolist()


def nan_counted_as_zero(parts, w, seen, n):
    """NaN became a score of 0 before the z-scores. Where scores run from 100 to 900, a 0 is the
    worst of all: first the z-scores over what is known, then 0 for the rest.
    """
    filled = {name: np.nan_to_num(scores) for name, scores in parts.items()}
    return reference.hybrid_rank(filled, w, seen, n)


def weights_ignored(parts, w, seen, n):
    """All recommenders had the same weight, whatever ``w`` says."""
    return reference.hybrid_rank(parts, dict.fromkeys(parts, 1.0), seen, n)


def worst_first(parts, w, seen, n):
    """The lowest sums come first: sort in descending order."""
    return reference.hybrid_rank(parts, {name: -weight for name, weight in w.items()}, seen, n)


def seen_shown(parts, w, seen, n):
    """Items in ``seen`` are in the list."""
    return reference.hybrid_rank(parts, w, [], n)


def cut_before_seen_removed(parts, w, seen, n):
    """The list was cut to ``n`` first and lost its seen items after: remove, then cut."""
    return [item for item in reference.hybrid_rank(parts, w, [], n) if item not in seen]


def scaled_to_the_range(parts, w, seen, n):
    """Scores were scaled to the range from 0 to 1. One outlier then leaves hardly any difference
    between the others. The contract asks for z-scores.
    """

    def to_range(scores):
        low, high = np.nanmin(scores), np.nanmax(scores)
        spread = high - low if high > low else 1.0
        return np.where(
            np.isnan(scores), np.nanmean((scores - low) / spread), (scores - low) / spread
        )

    return _blend(parts, w, seen, n, to_range)


def scaled_to_the_range__missing_is_lowest(parts, w, seen, n):
    def to_range(scores):
        scores = np.where(np.isfinite(scores), scores, np.nan)
        low, high = np.nanmin(scores), np.nanmax(scores)
        return np.nan_to_num((scores - low) / (high - low if high > low else 1.0))

    return _blend(parts, w, seen, n, to_range)


def infinity_taken_for_a_score(parts, w, seen, n):
    """Minus infinity was taken for a score. The mean is then minus infinity, every z-score NaN, and
    the whole recommender has no effect. Leave these items out of mean and spread.
    """
    kept = {
        name: np.zeros(len(scores)) if np.isneginf(scores).any() else scores
        for name, scores in parts.items()
    }
    return reference.hybrid_rank(kept, w, seen, n)


def spread_of_a_sample(parts, w, seen, n):
    """The standard deviation was that of a sample (``ddof=1``). With few scores it is larger, so a
    recommender with gaps loses weight. The contract takes ``ddof=0``.
    """

    def scale(scores):
        known = np.isfinite(scores)
        if known.sum() < 2 or np.ptp(scores[known]) < 1e-9:
            return np.zeros(len(scores))
        spread = scores[known].std(ddof=1)
        return np.where(known, (scores - scores[known].mean()) / spread, 0)

    with np.errstate(all="ignore"):
        return _blend(parts, w, seen, n, lambda scores: np.round(scale(scores), 12))


HYBRIDS = (
    raw_scores_added,
    constant_divides_by_zero,
    nan_spoils_the_sum,
    nan_counted_as_zero,
    weights_ignored,
    worst_first,
    seen_shown,
    cut_before_seen_removed,
    scaled_to_the_range,
    infinity_taken_for_a_score,
    spread_of_a_sample,
)


# ---- kill_hybrid: the wrong ones on trial. Each passes the example of `hybrid_rank`, so a test
# which tries nothing else rejects none of them.


def _divided_by_maximum(parts, w, seen, n):
    def scale(scores):
        highest = np.max(np.abs(scores[np.isfinite(scores)]), initial=0)
        return np.where(np.isfinite(scores), scores / (highest or 1), 0)

    return _blend(parts, w, seen, n, scale)


def _higher_number_of_equals(parts, w, seen, n):
    total = sum(w[name] * reference._z_scores(scores) for name, scores in parts.items())
    order = np.argsort(np.round(total, 10), kind="stable")[::-1]
    return order[~np.isin(order, seen)][:n].tolist()


def _centred_only_where_seen_is_left_out(parts, w, seen, n):
    def scale(scores):
        scores = np.array(scores, dtype=float)
        unseen = np.setdiff1d(np.arange(len(scores)), seen)
        known = scores[unseen][np.isfinite(scores[unseen])]
        spread = known.std() if len(known) else 0
        if spread < 1e-9:
            return np.zeros(len(scores))
        return np.where(np.isfinite(scores), (scores - known.mean()) / spread, 0)

    return _blend(parts, w, seen, n, scale)


PLANTED_HYBRIDS = {
    "divided_by_maximum": _divided_by_maximum,
    "higher_number_of_equals": _higher_number_of_equals,
    "z_scores_over_unseen_only": _centred_only_where_seen_is_left_out,
    **{
        function.__name__: function
        for function in (
            nan_spoils_the_sum,
            nan_counted_as_zero,
            weights_ignored,
            seen_shown,
            cut_before_seen_removed,
            scaled_to_the_range,
            infinity_taken_for_a_score,
        )
    },
}


# ---- kill_hybrid ----------------------------------------------------------------------------

_A = np.array([0.9, 0.1, 0.5, 0.45, 0.3])


def accepts_any_hybrid(fn):
    """Your test accepts every implementation on trial. The wrong ones too return ``n`` items, and
    pass the example of `hybrid_rank`. Let recommenders have gaps, weights that differ, an outlier,
    items that were seen.
    """
    return True


def accepts_any_hybrid__counts_the_items(fn):
    return len(fn({"a": _A}, {"a": 1.0}, [], 3)) == 3


def accepts_any_hybrid__example_only(fn):
    parts = {"a": np.array([0.1, 0.2, 0.9]), "b": np.array([300.0, 100.0, 200.0])}
    return [int(i) for i in fn(parts, {"a": 1.0, "b": 0.2}, [], 2)] == [2, 0]


def rejects_any_hybrid(fn):
    """Your test rejects right implementations too. Does it insist on a list where an array of the
    same numbers is right, or on an order that rounding decides?
    """
    return False


def one_recommender_only(fn):
    """Your test uses a single recommender. Scales, weights and gaps matter only with two."""
    one = list(fn({"a": _A}, {"a": 1.0}, [], 5)) == [0, 2, 3, 4, 1]
    return one and list(fn({"a": _A}, {"a": 1.0}, [0], 2)) == [2, 3]


def without_gaps(fn):
    """In your test every recommender has a score for every item. Let one have NaN for some, and
    minus infinity for others.
    """
    rng = np.random.default_rng(2)
    for _ in range(8):
        parts = {"a": rng.random(7), "b": np.append(rng.random(6) * 900 + 100, 9000.0)}
        case = (parts, {"a": 1.0, "b": 0.6}, rng.permutation(7)[:2].tolist(), 3)
        if [int(i) for i in fn(*case)] != reference.hybrid_rank(*case):
            return False
    return True


def looks_only_at_seen(fn):
    """Your test checks that nothing seen is shown. Check the order, and how many are shown, too."""
    return not set(fn({"a": _A}, {"a": 1.0}, [0, 2], 3)) & {0, 2}


# ---- in_batch_softmax_logq ------------------------------------------------------------------


def _softmax_loss(scores):
    highest = scores.max(axis=1)
    log_sum = highest + np.log(np.exp(scores - highest[:, None]).sum(axis=1))
    return float((log_sum - np.diag(scores)).mean())


def no_correction(U, V, logq, tau=1.0):
    """``logq`` makes no difference. It belongs to the items, which are columns. Subtracted along
    the rows it is a constant within each row, and cancels.
    """
    return _softmax_loss(U @ V.T / tau)


def correction_added(U, V, logq, tau=1.0):
    """``logq`` was added. That pushes popular items down twice: subtract it."""
    return _softmax_loss(U @ V.T / tau + logq)


def temperature_on_everything(U, V, logq, tau=1.0):
    """The temperature divided ``logq`` too: it scales the dot product alone."""
    return _softmax_loss((U @ V.T - logq) / tau)


def overflows(U, V, logq, tau=1.0):
    """``exp`` of a score in the thousands is infinite. Subtract each row's highest score first."""
    scores = U @ V.T / tau - logq
    with np.errstate(all="ignore"):
        return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - np.diag(scores)))


def underflows(U, V, logq, tau=1.0):
    """The probability of a user's own item was computed first, and its logarithm after. Where it is
    far from the highest score, the probability is 0 in floats and its logarithm minus infinity.
    Keep to logarithms: the score less the log of the sum.
    """
    scores = U @ V.T / tau - logq
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    with np.errstate(all="ignore"):
        return float(-np.log(np.diag(weights) / weights.sum(axis=1)).mean())


def summed_over_the_batch(U, V, logq, tau=1.0):
    """The loss is a sum over the batch: it grows with the batch, and so would the gradient. Take
    the mean.
    """
    return len(U) * reference.in_batch_softmax_logq(U, V, logq, tau)


def items_choose_users(U, V, logq, tau=1.0):
    """The softmax runs over users. Each user has a row, in which the items of the batch compete."""
    return _softmax_loss((U @ V.T / tau - logq).T)


# ---- accept_model ---------------------------------------------------------------------------


def _upper(difference, seeds=True, units=True):
    difference = np.atleast_2d(difference)
    rng = np.random.default_rng(0)
    drawn = [
        rng.multinomial(n, np.full(n, 1 / n), 2000) / n if draw else np.full((2000, n), 1 / n)
        for n, draw in zip(difference.shape, (seeds, units), strict=True)
    ]
    return np.percentile(((drawn[0] @ difference) * drawn[1]).sum(axis=1), 97.5)


def units_drawn_alone(err_new, err_base):
    """Only the units were drawn anew. The interval then says how sure the gain of *these* seeds is.
    Another training draws other seeds: draw seeds as well as units.
    """
    return bool(_upper(np.mean(err_new, axis=0) - np.asarray(err_base)) < 0)


def seeds_drawn_alone(err_new, err_base):
    """Only the seeds were drawn anew. The units are a sample too: draw both."""
    return bool(_upper(np.asarray(err_new) - np.asarray(err_base), units=False) < 0)


def best_seed_counts(err_new, err_base):
    """You took the best seed. With enough seeds any model has a lucky one: use all of them."""
    errors = np.asarray(err_new)
    best = errors[errors.mean(axis=1).argmin()]
    return bool(_upper(best - np.asarray(err_base)) < 0)


def first_seed_counts(err_new, err_base):
    """You looked at the first seed only. It may be a lucky one: use all of them."""
    return bool(_upper(np.asarray(err_new)[0] - np.asarray(err_base)) < 0)


def no_interval(err_new, err_base):
    """You compared means without an interval. That rule accepts half of all useless models."""
    return bool(np.mean(err_new) < np.mean(err_base))


def higher_is_better(err_new, err_base):
    """These are errors: lower is better."""
    return bool(_upper(np.asarray(err_base) - np.asarray(err_new)) < 0)


def units_not_paired(err_new, err_base):
    """The units of model and baseline were drawn apart. Units that are hard for both then hide a
    clear gain: draw each unit for both together.
    """
    new, base = np.asarray(err_new), np.asarray(err_base)
    rng = np.random.default_rng(0)
    one, other = (rng.multinomial(len(base), np.full(len(base), 1 / len(base)), 2000) for _ in "ab")
    means = (new.mean(axis=0) * one).sum(axis=1) - (base * other).sum(axis=1)
    return bool(np.percentile(means / len(base), 97.5) < 0)


def single_differences_judged(err_new, err_base):
    """The percentiles are those of the single differences. They say how much units differ. The
    interval is of the *mean* difference, over resamples.
    """
    return bool(np.percentile(np.asarray(err_new) - np.asarray(err_base), 97.5) < 0)


def worst_seed_counts(err_new, err_base):
    """You asked that every seed be better. One unlucky seed does not make a model worse: use the
    mean over the seeds that are drawn.
    """
    errors = np.asarray(err_new)
    return bool(all(_upper(row - np.asarray(err_base)) < 0 for row in errors))


def median_seed_counts(err_new, err_base):
    """You took the median over seeds. It does not change when the worst run becomes a disaster, and
    that run may be the one that you get: take the mean.
    """
    return bool(_upper(np.median(err_new, axis=0) - np.asarray(err_base)) < 0)


def runs_taken_for_units(err_new, err_base):
    """You drew from all runs as if each were a unit of its own. Runs on one unit are alike, so the
    interval is too narrow: draw units, each with all of its runs.
    """
    return bool(_upper((np.asarray(err_new) - np.asarray(err_base)).reshape(1, -1)) < 0)


# ---- retrieve_rank_rerank -------------------------------------------------------------------


def _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, **other):
    """The reference, with one decision changed."""
    limit = budget_ms if other.get("wait_for_all") else budget_ms / 2
    in_time = [(ms, items) for ms, items in sources if ms <= limit]
    if not in_time:
        return []
    took = [ms for ms, _ in in_time]
    spent = sum(took) if other.get("serial") else max(took)
    if other.get("all_waited"):
        spent = min(max(ms for ms, _ in sources), budget_ms)
    left = (budget_ms - spent) * 1000 / rank_us
    affordable = max(int(left) if other.get("floored") else int(left + 1e-9), 0)
    lists = [items for _, items in in_time]
    if other.get("one_after_another"):
        candidates = [item for items in lists for item in items]
    else:
        rows = reference.zip_longest(*lists)
        candidates = [item for row in rows for item in row if item is not None]
    if other.get("duplicates"):
        candidates = list(dict.fromkeys(candidates[:affordable]))
    elif other.get("all_ranked"):
        candidates = list(dict.fromkeys(candidates))
    else:
        candidates = list(dict.fromkeys(candidates))[:affordable]
    ranked = candidates
    if not other.get("not_ranked"):
        ranked = sorted(candidates, key=lambda item: (-score[item], item))
    if other.get("cut_first"):
        ranked = ranked[:n]
    shown: list[int] = []
    of_kind: dict = {}
    for item in ranked:
        of_kind[kind[item]] = of_kind.get(kind[item], 0) + 1
        if of_kind[kind[item]] <= per_kind or other.get("no_rule"):
            shown.append(int(item))
    return shown[:n]


def sources_one_at_a_time(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """The times of the sources were added. They start at the same time, so retrieval takes as long
    as the slowest of them.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, serial=True)


def slow_source_waited_for(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """A source that takes longer than half of the budget was waited for."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, wait_for_all=True)


def everything_ranked(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """All candidates were ranked. The ranker has time for some of them only."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, all_ranked=True)


def first_source_first(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """The first source filled the places of the ranker before the others had a turn. Take the first
    candidate of each source, then the second of each.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, one_after_another=True)


def duplicates_ranked(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """An item that two sources returned was counted twice, and took the time of another one."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, duplicates=True)


def cut_before_the_rule(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """The list was cut to ``n`` before the rule of kinds was applied, so it came out too short."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, cut_first=True)


def rule_forgotten(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """More than ``per_kind`` items of one kind are shown."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, no_rule=True)


def order_of_retrieval_kept(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """The list has the order of retrieval. The ranker's score decides the order."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, not_ranked=True)


def budget_missed_by_a_float(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Where the time left is just enough for one more candidate, it was not ranked: a float came
    out a little below a whole number before it was rounded down.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, floored=True)


# ---- calibrated_list ------------------------------------------------------------------------


def _calibrated(score, kind, wanted, lam, n, apart=None, good=None, smooth=0.01, shares=True):
    p = np.asarray(wanted, dtype=float)
    counts = np.zeros(len(p))
    chosen: list = []
    while len(chosen) < min(n, len(score)):
        best, best_value = None, -np.inf
        for item in range(len(score)):
            if item in chosen:
                continue
            q = counts.copy()
            q[kind[item]] += 1
            mixed = (1 - smooth) * q / (q.sum() if shares else n) + smooth * p
            with np.errstate(all="ignore"):
                kl = (
                    apart(p, mixed)
                    if apart
                    else np.nansum(np.where(p > 0, p * np.log(p / mixed), 0))
                )
            value = round((good or (1 - lam)) * score[item] - lam * kl, 10)
            if best is None or value > best_value:
                best, best_value = item, value
        chosen.append(best)
        counts[kind[best]] += 1
    return chosen


def best_scores_alone(score, kind, wanted, lam, n):
    """The items with the best scores were returned; ``wanted`` makes no difference."""
    return _calibrated(score, kind, wanted, 0.0, n)


def lam_the_other_way(score, kind, wanted, lam, n):
    """``lam`` weighs the scores. With 0 the scores alone decide, with 1 the mix alone."""
    return _calibrated(score, kind, wanted, 1 - lam, n)


def divergence_the_other_way(score, kind, wanted, lam, n):
    """The divergence was taken from the list to what is wanted. The contract weighs the logarithms
    with the wanted shares.
    """

    def apart(p, q):
        return np.sum(np.where(q > 0, q * np.log(q / np.maximum(p, 1e-12)), 0))

    return _calibrated(score, kind, wanted, lam, n, apart)


def shares_of_the_full_length(score, kind, wanted, lam, n):
    """The shares of the list so far were divided by ``n``. Divide by the number of items in the
    list so far.
    """
    return _calibrated(score, kind, wanted, lam, n, shares=False)


def squared_difference(score, kind, wanted, lam, n):
    """The mix was measured by squared differences. The contract takes the divergence."""
    return _calibrated(score, kind, wanted, lam, n, lambda p, q: np.sum((p - q) ** 2))


def ordered_by_score_in_the_end(score, kind, wanted, lam, n):
    """The items were put into the order of their scores in the end. The contract keeps the order in
    which they were added.
    """
    chosen = _calibrated(score, kind, wanted, lam, n)
    return sorted(chosen, key=lambda item: (-score[item], item))


def quotas_filled(score, kind, wanted, lam, n):
    """Every kind got its rounded share of the places, whatever ``lam`` is and the scores are."""
    places = np.round(np.asarray(wanted) * n).astype(int)
    chosen = []
    for k, m in enumerate(places):
        mine = [i for i in np.argsort(-np.asarray(score), kind="stable") if kind[i] == k]
        chosen += mine[:m]
    return [int(i) for i in sorted(chosen, key=lambda item: (-score[item], item))][:n]


# ---- recommend_discoveries ------------------------------------------------------------------


def _best_new(scores, purchases, households, n):
    bought = purchases[households].toarray() > 0
    ranked = np.where(bought, -np.inf, scores[households])
    return np.argsort(-ranked, axis=1, kind="stable")[:, :n]


def popular_products(purchases, households, n):
    """The most popular products that a household has not bought: the baseline."""
    buyers = np.asarray((purchases > 0).sum(axis=0), dtype=float).ravel()
    return _best_new(np.tile(buyers, (purchases.shape[0], 1)), purchases, households, n)


def svd_alone(purchases, households, n):
    """You used one factorisation alone. Blend it with models of another kind."""
    return _best_new(reference._svd_scores(purchases, 64), purchases, households, n)


def popularity_counted_twice(purchases, households, n):
    """Popularity was blended in with a large weight. The other models have learned popularity
    already, so all households get nearly the same list.
    """
    buyers = np.asarray((purchases > 0).sum(axis=0), dtype=float).ravel()
    neighbours = reference._neighbour_scores(purchases)
    bought = purchases.toarray() > 0
    crowd = reference._row_z_scores(np.tile(buyers, (purchases.shape[0], 1)), bought)
    scores = reference._row_z_scores(neighbours, bought) + 3 * crowd
    return _best_new(scores, purchases, households, n)


def bought_products_again(purchases, households, n):
    """The lists hold products that a household buys already. Only products new to it count."""
    strength = sparse.csr_matrix(purchases, dtype=float).log1p()
    return np.argsort(-strength[households].toarray(), axis=1, kind="stable")[:, :n]


def nearest_neighbour_alone(purchases, households, n):
    """One neighbour was asked. What one household bought is a small sample: average over many."""
    return _best_new(reference._neighbour_scores(purchases, 1), purchases, households, n)
