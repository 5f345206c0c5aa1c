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
    """The user's purchases picked rows of the similarity matrix, as if they were users."""
    return _recommend("flags_used_as_indices", R, u, n)


def similarity_invented(R, u, n):
    """The similarity was written down, not computed: everybody is alike."""
    return _recommend("similarity_invented", R, u, n)


def seen_items_kept(R, u, n):
    """Items that the user has were recommended."""
    return _recommend("seen_items_kept", R, u, n)


def norms_forgotten(R, u, n):
    """The similarity was a dot product, so whoever buys much was near to everybody."""
    return _recommend("norms_forgotten", R, u, n)


def counts_made_flags(R, u, n):
    """Counts were cut to 0 and 1, and a habit looks like a trial."""
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
    """One input for every defect, on which only some of them matter. With flags instead of counts
    nobody can tell counts from flags; with two users nobody can tell similarities apart.
    """
    return BASKETS, 1, 2


def nothing_left_to_recommend(defect):
    """The user has everything that others have, so all lists are empty, flawed or not."""
    return [[1, 1, 1], [1, 0, 1], [0, 1, 1]], 0, 3


def counts_out_of_range(defect):
    """Counts are whole numbers from 0 to 9: find baskets that a person could have bought."""
    return [[100, 1, 0], [100, 1, 50], [1, 100, 50]], 0, 1


def a_whole_shop(defect):
    """At most 6 users and 6 items: an example that nobody can check by hand convinces nobody."""
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
    """λ was subtracted from the dot product. The contract shrinks by a factor below 1, which never
    turns a similarity negative.
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


def empty_item_divides_by_zero(R, lam=0.0):
    """An item that nobody has has length 0, and 0 / 0 is NaN: the contract says 0."""
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
    """An item bought nine times spoke no louder than one bought once: weigh by ``R[u, h]``."""
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
    """All features counted alike: "food" says as much as "gluten-free". Weigh them by idf."""
    return _content(F, R, u, 1.0)


def idf_from_own_items(F, R, u):
    """The idf was taken over the items of the user. What is rare is a matter of the whole
    catalogue.
    """
    own = F[np.asarray(R[u]) > 0]
    return _content(F, R, u, np.log((1 + len(own)) / (1 + (own > 0).sum(axis=0))) + 1)


def idf_not_smoothed(F, R, u):
    """The idf lacks the ones of the contract: a feature that all items have then weighs 0."""
    return _content(F, R, u, np.log(len(F) / np.maximum((F > 0).sum(axis=0), 1)))


def items_not_scaled(F, R, u):
    """Items were not scaled to length 1: one with many features wins by its length."""
    return _content(F, R, u, _idf(F), scale=False)


def history_all_alike(F, R, u):
    """The profile is a plain mean: weigh the items of the user by ``R[u]``."""
    return reference.content_scores(F, (np.asarray(R) > 0).astype(float), u)


def nan_for_newcomers(F, R, u):
    """A user without history has a profile of length 0, and 0 / 0 is NaN: the contract says 0."""
    if np.any(R[u]):
        return reference.content_scores(F, R, u)
    return np.full(len(F), np.nan)


# ---- hybrid_rank ----------------------------------------------------------------------------


def _blend(parts, w, seen, n, scale, fill=0.0):
    with np.errstate(all="ignore"):
        total = sum(w[name] * np.asarray(scale(scores)) for name, scores in parts.items())
    if fill is not None:
        total = np.nan_to_num(total, nan=fill)
    ranked = np.argsort(-total, kind="stable")
    return ranked[~np.isin(ranked, seen)][:n].tolist()


def raw_scores_added(parts, w, seen, n):
    """The raw scores were added: whoever speaks in hundreds drowns the others. Take z-scores."""
    return _blend(parts, w, seen, n, np.nan_to_num)


def constant_divides_by_zero(parts, w, seen, n):
    """A recommender that says the same of everything has no spread, and 0 / 0 is NaN, which spoils
    the sum: it counts as 0.
    """
    if any(np.nanstd(scores) < 1e-12 for scores in parts.values()):
        ranked = np.arange(len(next(iter(parts.values()))))
        return ranked[~np.isin(ranked, seen)][:n].tolist()
    return reference.hybrid_rank(parts, w, seen, n)


def nan_spoils_the_sum(parts, w, seen, n):
    """One recommender's NaN made the whole sum NaN, and the item came last. Who says nothing
    neither helps nor harms.
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
    """All recommenders counted alike, whatever ``w`` says."""
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
    """Scores were scaled to the range from 0 to 1: one outlier then presses all the others
    together. The contract asks for z-scores.
    """

    def to_range(scores):
        low, high = np.nanmin(scores), np.nanmax(scores)
        spread = high - low if high > low else 1.0
        return np.where(
            np.isnan(scores), np.nanmean((scores - low) / spread), (scores - low) / spread
        )

    return _blend(parts, w, seen, n, to_range)


PLANTED_HYBRIDS = {
    function.__name__: function
    for function in (
        raw_scores_added,
        constant_divides_by_zero,
        nan_spoils_the_sum,
        nan_counted_as_zero,
        weights_ignored,
        worst_first,
        seen_shown,
        cut_before_seen_removed,
        scaled_to_the_range,
    )
}


# ---- kill_hybrid ----------------------------------------------------------------------------

_A = np.array([0.9, 0.1, 0.5, 0.45, 0.3])


def accepts_any_hybrid(fn):
    """Your test accepts every implementation: a test that cannot fail tests nothing."""
    return True


def rejects_any_hybrid(fn):
    """Your test rejects right implementations too. Does it insist on a list where an array of the
    same numbers would do, or on an order that rounding decides?
    """
    return False


def one_recommender_only(fn):
    """With a single recommender there is nothing to blend: scales, weights and NaN never meet."""
    return list(fn({"a": _A}, {"a": 1.0}, [], 5)) == [0, 2, 3, 4, 1]


def one_scale_only(fn):
    """Your recommenders speak on the same scale, so adding raw scores passes. Let one speak in
    hundreds.
    """
    b = np.array([0.2, 0.8, 0.3, 0.5, 0.1])
    expected = reference.hybrid_rank({"a": _A, "b": b}, {"a": 1.0, "b": 0.3}, [], 5)
    return list(fn({"a": _A, "b": b}, {"a": 1.0, "b": 0.3}, [], 5)) == expected


def looks_only_at_seen(fn):
    """Your test checks that nothing seen is shown. What of the order?"""
    return not set(fn({"a": _A}, {"a": 1.0}, [0, 2], 3)) & {0, 2}


def counts_only_the_items(fn):
    """Your test checks how many items come back, not which."""
    return len(fn({"a": _A}, {"a": 1.0}, [0], 3)) == 3


# ---- als_user_step --------------------------------------------------------------------------


def _ridge(V, r, lam):
    return np.linalg.solve(V.T @ V + lam * np.eye(V.shape[1]), V.T @ r)


def missing_rated_zero(R, mask, V, lam):
    """Ratings that were not given took part, with 0: sum over those that ``mask`` names."""
    return np.array(
        [_ridge(V, np.where(given, r, 0), lam) for r, given in zip(R, mask, strict=True)]
    )


def mask_ignored(R, mask, V, lam):
    """Whatever stands in ``R`` was taken for a rating; where ``mask`` is False it means nothing."""
    return np.array([_ridge(V, r, lam) for r in R])


def no_ridge(R, mask, V, lam):
    """``lam`` took no part: with fewer ratings than factors the solution is not even unique."""
    return np.array(
        [
            np.linalg.lstsq(V[given], r[given], rcond=None)[0]
            for r, given in zip(R, mask, strict=True)
        ]
    )


def ridge_times_count(R, mask, V, lam):
    """``lam`` was multiplied by the number of ratings. Some do so; this contract does not."""
    return np.array(
        [_ridge(V[g], r[g], lam * max(g.sum(), 1)) for r, g in zip(R, mask, strict=True)]
    )


def half_the_ridge(R, mask, V, lam):
    """The ridge is off by a factor of 2: the derivative of both terms has the same 2, and it
    cancels.
    """
    return reference.als_user_step(R, mask, V, lam / 2)


def last_factor_free(R, mask, V, lam):
    """One factor was left out of the ridge, as one does with an intercept. There is none here."""
    ridge = lam * np.eye(V.shape[1])
    ridge[-1, -1] = 1e-9
    return np.array(
        [
            np.linalg.solve(V[g].T @ V[g] + ridge, V[g].T @ r[g])
            for r, g in zip(R, mask, strict=True)
        ]
    )


# ---- in_batch_softmax_logq ------------------------------------------------------------------


def _softmax_loss(scores):
    highest = scores.max(axis=1)
    log_sum = highest + np.log(np.exp(scores - highest[:, None]).sum(axis=1))
    return float((log_sum - np.diag(scores)).mean())


def no_correction(U, V, logq, tau=1.0):
    """``logq`` took no part: popular items are pushed down because they are often in a batch. Did
    you subtract it along the rows? Within a row it is then a constant, and cancels: it belongs to
    the items, which are columns.
    """
    return _softmax_loss(U @ V.T / tau)


def correction_added(U, V, logq, tau=1.0):
    """``logq`` was added, which punishes popular items twice: subtract it."""
    return _softmax_loss(U @ V.T / tau + logq)


def temperature_on_everything(U, V, logq, tau=1.0):
    """The temperature divided ``logq`` too: it scales the dot product alone."""
    return _softmax_loss((U @ V.T - logq) / tau)


def overflows(U, V, logq, tau=1.0):
    """``exp`` of a score in the thousands is infinite. Subtract each row's highest score first."""
    scores = U @ V.T / tau - logq
    with np.errstate(all="ignore"):
        return float(np.mean(np.log(np.exp(scores).sum(axis=1)) - np.diag(scores)))


def summed_over_the_batch(U, V, logq, tau=1.0):
    """The loss is a sum over the batch: it grows with the batch, and so would the gradient. Take
    the mean.
    """
    return len(U) * reference.in_batch_softmax_logq(U, V, logq, tau)


def items_choose_users(U, V, logq, tau=1.0):
    """The softmax runs over users. Each user has a row, in which the items of the batch compete."""
    return _softmax_loss((U @ V.T / tau - logq).T)


# ---- accept_model ---------------------------------------------------------------------------


def _upper(difference, seed=0):
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(difference), (2000, len(difference)))
    return np.percentile(difference[draws].mean(axis=1), 97.5)


def best_seed_counts(err_new, err_base):
    """You took the best seed. With enough seeds any model gets lucky: take the mean over all."""
    errors = np.asarray(err_new)
    best = errors[errors.mean(axis=1).argmin()]
    return bool(_upper(best - np.asarray(err_base)) < 0)


def first_seed_counts(err_new, err_base):
    """You looked at the first seed only, which may be a lucky one: take the mean over all."""
    return bool(_upper(np.asarray(err_new)[0] - np.asarray(err_base)) < 0)


def no_interval(err_new, err_base):
    """You compared means, without an interval: half of all useless models are better that way."""
    return bool(np.mean(err_new) < np.mean(err_base))


def higher_is_better(err_new, err_base):
    """These are errors: lower is better."""
    return bool(_upper(np.asarray(err_base) - np.asarray(err_new).mean(axis=0)) < 0)


def units_not_paired(err_new, err_base):
    """The units were not paired, so what is hard for both models hides a clear gain: draw units
    once, for the difference.
    """
    new, base = np.asarray(err_new).mean(axis=0), np.asarray(err_base)
    rng = np.random.default_rng(0)
    one, other = (rng.integers(0, len(base), (2000, len(base))) for _ in range(2))
    return bool(np.percentile(new[one].mean(axis=1) - base[other].mean(axis=1), 97.5) < 0)


def worst_seed_counts(err_new, err_base):
    """You asked that every seed be better. One unlucky run does not make a model worse: take the
    mean over all seeds.
    """
    errors = np.asarray(err_new)
    return bool(all(_upper(row - np.asarray(err_base)) < 0 for row in errors))


def median_seed_counts(err_new, err_base):
    """You took the median over seeds. It is the same whether the worst run is a little worse or a
    disaster, and you may get that run: take the mean.
    """
    return bool(_upper(np.median(err_new, axis=0) - np.asarray(err_base)) < 0)


def runs_taken_for_units(err_new, err_base):
    """You drew from all runs as if each were a unit. Runs on one unit are alike, so the interval
    comes out too narrow: one difference for each unit, then draw units.
    """
    return bool(_upper((np.asarray(err_new) - np.asarray(err_base)).ravel()) < 0)


# ---- recommend_discoveries ------------------------------------------------------------------


def _best_new(scores, purchases, households, n):
    bought = purchases[households].toarray() > 0
    ranked = np.where(bought, -np.inf, scores[households])
    return np.argsort(-ranked, axis=1, kind="stable")[:, :n]


def popular_products(purchases, households, n):
    """The most popular products that a household has not bought: the baseline."""
    buyers = np.asarray((purchases > 0).sum(axis=0), dtype=float).ravel()
    return _best_new(np.tile(buyers, (purchases.shape[0], 1)), purchases, households, n)


def blend_of_raw_scores(purchases, households, n):
    """The raw scores were added, so whichever recommender speaks loudest decides alone: bring them
    to one scale first.
    """
    parts = (reference._neighbour_scores, reference._ease_scores, reference._svd_scores)
    return _best_new(sum(part(purchases) for part in parts), purchases, households, n)


def svd_alone(purchases, households, n):
    """One factorisation alone. It is good at what many households share; blend it with models that
    look closer.
    """
    return _best_new(reference._svd_scores(purchases, 64), purchases, households, n)


def popularity_counted_twice(purchases, households, n):
    """Popularity was blended in with the weight of a model. Every model here has learned it
    already; once more, and the lists are everybody's.
    """
    buyers = np.asarray((purchases > 0).sum(axis=0), dtype=float).ravel()
    neighbours = reference._neighbour_scores(purchases)
    bought = purchases.toarray() > 0
    crowd = reference._row_z_scores(np.tile(buyers, (purchases.shape[0], 1)), bought)
    scores = reference._row_z_scores(neighbours, bought) + 3 * crowd
    return _best_new(scores, purchases, households, n)


def bought_products_again(purchases, households, n):
    """What a household buys already is in its list; only products new to it count."""
    strength = sparse.csr_matrix(purchases, dtype=float).log1p()
    return np.argsort(-strength[households].toarray(), axis=1, kind="stable")[:, :n]


def nearest_neighbour_alone(purchases, households, n):
    """A single neighbour was asked, and what she bought is a small sample of what her kind buys."""
    return _best_new(reference._neighbour_scores(purchases, 1), purchases, households, n)
