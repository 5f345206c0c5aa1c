"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import numpy as np
from scipy import sparse, stats

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


def not_three_values(defect):
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
    """In your answer ``lam`` changes nothing: two items that one user alone has look perfectly
    alike.
    """
    return reference.item_similarity(R)


def diagonal_kept(R, lam=0.0):
    """In your answer an item is similar to itself: it would recommend itself. Put 0 on the
    diagonal.
    """
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


def flags_compared(R, lam=0.0):
    """The strengths were cut to 0 and 1 before the cosine. Who has an item nine times and who has
    it once are no longer told apart.
    """
    return reference.item_similarity((np.asarray(R) != 0).astype(float), lam)


def shrunk_by_either(R, lam=0.0):
    """The shrinkage counted the users who have one of the two items. Count those who have both: it
    is they on whom a similarity rests.
    """
    common, counts = _common(R)
    either = counts[:, None] + counts - common
    return reference.item_similarity(R) * either / np.where(either > 0, either + lam, 1)


def shrunk_by_either__all_users(R, lam=0.0):
    n = len(np.asarray(R))
    return reference.item_similarity(R) * n / (n + lam)


def _common(R):
    has = (np.asarray(R) != 0).astype(float)
    return has.T @ has, has.sum(axis=0)


def full_from_lam_on(R, lam=0.0):
    """From ``lam`` common users on nothing was shrunk. Here every similarity is: with ``lam``
    common users half of it is left.
    """
    S = reference.item_similarity(R)
    return S * np.minimum(_common(R)[0], lam) / lam if lam else S


def lam_added_to_the_lengths(R, lam=0.0):
    """``lam`` was added to the product of the lengths. That shrinks rarely bought items, however
    many users two items have in common.
    """
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=0)
    both = np.outer(norms, norms) + lam
    S = np.divide(R.T @ R, both, out=np.zeros_like(both), where=both > 0)
    np.fill_diagonal(S, 0)
    return S


def shrunk_twice(R, lam=0.0):
    """The factor n / (n + lam) was applied twice, or to both items."""
    common, _ = _common(R)
    return reference.item_similarity(R, lam) * common / np.where(common > 0, common + lam, 1)


def columns_centred(R, lam=0.0):
    """The columns were centred before the cosine: that is Pearson's correlation. A 0 says that
    there is no preference, and the cosine leaves it 0.
    """
    R = np.asarray(R, dtype=float)
    C = R - R.mean(axis=0)
    norms = np.linalg.norm(C, axis=0)
    unit, (common, _) = C / np.where(norms > 0, norms, 1), _common(R)
    S = unit.T @ unit * common / np.where(common > 0, common + lam, 1)
    np.fill_diagonal(S, 0)
    return S


def one_half_filled(R, lam=0.0):
    """Only one half of your table is filled. Two items are as similar one way as the other."""
    return np.triu(reference.item_similarity(R, lam))


def one_half_filled__lower(R, lam=0.0):
    return np.tril(reference.item_similarity(R, lam))


def nobody_has_both_divides_by_zero(R, lam=0.0):
    """Items that nobody has together gave NaN with ``lam`` = 0: 0 / 0. Their similarity is 0."""
    common, _ = _common(R)
    with np.errstate(all="ignore"):
        S = reference.item_similarity(R) * (common / (common + lam))
    np.fill_diagonal(S, 0)
    return S


def strengths_overwritten(R, lam=0.0):
    """You wrote into ``R``: the caller's strengths are no longer what they were. Divide into a new
    array.
    """
    S = reference.item_similarity(R, lam)
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=0)
    R /= np.where(norms > 0, norms, 1)
    return S


# ---- itemcf_scores --------------------------------------------------------------------------


def transposed(R, u, P, k):
    """``P`` was read the wrong way round: ``P[h, i]`` leads from what the user has to what she
    might like.
    """
    return reference.itemcf_scores(R, u, P.T, k)


def all_of_history(R, u, P, k):
    """You counted all of the history. Count only the ``k`` items that speak for a candidate
    most.
    """
    return reference.itemcf_scores(R, u, P, len(P))


def history_not_weighted(R, u, P, k):
    """An item bought nine times counted like one bought once. Multiply by ``R[u, h]``."""
    return reference.itemcf_scores((np.asarray(R) > 0).astype(float), u, P, k)


def seen_scored(R, u, P, k):
    """Items that the user has were scored too: they must get minus infinity."""
    owned = np.flatnonzero(R[u])
    strongest = np.argsort(-P[owned], axis=0, kind="stable")[:k]
    weighted = P[owned] * R[u, owned][:, None]
    return np.take_along_axis(weighted, strongest, axis=0).sum(axis=0)


def k_after_weighting(R, u, P, k):
    """You chose the ``k`` items by ``P * R``. Choose those that speak for the candidate most, by
    ``P`` alone; then count each with its weight.
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


def _voices(R, u, P):
    strength = np.asarray(R)[u].astype(float)
    owned = np.flatnonzero(strength)
    return strength, owned, np.asarray(P, dtype=float)[owned]


def _without_owned(scores, owned):
    scores = np.array(scores, dtype=float)
    scores[owned] = -np.inf
    return scores


def k_of_all_items(R, u, P, k):
    """The ``k`` were chosen among all items, so few of them are in the user's history. Choose among
    the items that she has.
    """
    strength, owned, _ = _voices(R, u, P)
    nearest = np.argsort(-np.asarray(P), axis=0, kind="stable")[:k]
    said = np.take_along_axis(np.asarray(P) * strength[:, None], nearest, axis=0)
    return _without_owned(said.sum(axis=0), owned)


def most_bought_counted(R, u, P, k):
    """The ``k`` items that the user bought most were asked about every candidate. For each
    candidate choose those that speak for it most.
    """
    strength, owned, _ = _voices(R, u, P)
    best = owned[np.argsort(-strength[owned], kind="stable")[:k]]
    return _without_owned(strength[best] @ np.asarray(P, dtype=float)[best], owned)


def candidates_kept_for_each(R, u, P, k):
    """Each item of the history kept its ``k`` best candidates. It must be the other way round: for
    each candidate count the ``k`` items of the history that speak for it most.
    """
    strength, owned, rows = _voices(R, u, P)
    rows = rows.copy()
    np.put_along_axis(rows, np.argsort(-rows, axis=1, kind="stable")[:, k:], 0, axis=1)
    return _without_owned(strength[owned] @ rows, owned)


def candidates_kept_for_each__of_all_items(R, u, P, k):
    strength, owned, _ = _voices(R, u, P)
    rows = np.array(P, dtype=float)
    np.put_along_axis(rows, np.argsort(-rows, axis=1, kind="stable")[:, k:], 0, axis=1)
    return _without_owned(strength @ rows, owned)


def least_speaking_counted(R, u, P, k):
    """The ``k`` items that speak for a candidate least were counted: the order is ascending."""
    strength, owned, rows = _voices(R, u, P)
    order = np.argsort(rows, axis=0, kind="stable")[:k]
    said = np.take_along_axis(rows * strength[owned][:, None], order, axis=0)
    return _without_owned(said.sum(axis=0), owned)


def mean_for_sum(R, u, P, k):
    """The sum was divided, by the sum of what speaks for a candidate or by ``k``. A rating is a
    mean; here the more speaks for a candidate, the better.
    """
    strength, owned, rows = _voices(R, u, P)
    order = np.argsort(-rows, axis=0, kind="stable")[:k]
    near = np.take_along_axis(rows, order, axis=0)
    total = near.sum(axis=0)
    scores = (near * strength[owned][order]).sum(axis=0)
    return _without_owned(np.divide(scores, total, out=np.zeros(len(P)), where=total > 0), owned)


def mean_for_sum__by_k(R, u, P, k):
    strength, owned, rows = _voices(R, u, P)
    order = np.argsort(-rows, axis=0, kind="stable")[:k]
    near = np.take_along_axis(rows * strength[owned][:, None], order, axis=0)
    return _without_owned(near.sum(axis=0) / max(1, len(order)), owned)


def seen_not_minus_infinity(R, u, P, k):
    """You gave 0, or another value than minus infinity, to items that the user has. They must get
    minus infinity: it comes after every candidate, whatever the scores are.
    """
    scores = reference.itemcf_scores(R, u, P, k)
    return np.where(np.isinf(scores), 0.0, scores)


def seen_not_minus_infinity__minus_one(R, u, P, k):
    scores = reference.itemcf_scores(R, u, P, k)
    return np.where(np.isinf(scores), -1.0, scores)


def seen_not_minus_infinity__nan(R, u, P, k):
    scores = reference.itemcf_scores(R, u, P, k)
    return np.where(np.isinf(scores), np.nan, scores)


def scores_cut_to_whole_numbers(R, u, P, k):
    """Your scores have the type of ``R``: with whole-number counts they are cut to whole numbers.
    Let them be floats.
    """
    scores = reference.itemcf_scores(R, u, P, k)
    return np.where(np.isinf(scores), scores, np.trunc(scores))


def short_history_fails(R, u, P, k):
    """Your answer stops with an error when the user has few items, or none. All that she has must
    count; without history the scores must be 0.
    """
    if len(np.flatnonzero(np.asarray(R)[u])) < k:
        raise IndexError("k is out of bounds")
    return reference.itemcf_scores(R, u, P, k)


def short_history_fails__value(R, u, P, k):
    if len(np.flatnonzero(np.asarray(R)[u])) < k:
        raise ValueError("kth is out of bounds")
    return reference.itemcf_scores(R, u, P, k)


def short_history_fails__where_empty(R, u, P, k):
    if not np.any(np.asarray(R)[u]):
        raise IndexError("nothing to choose from")
    return reference.itemcf_scores(R, u, P, k)


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
    """Your idf lacks the ones of the contract: a feature that all items have then weighs 0."""
    return _content(F, R, u, np.log(len(F) / np.maximum((F > 0).sum(axis=0), 1)))


def items_not_scaled(F, R, u):
    """Items were not scaled to length 1, so an item with many features counts for more than one
    with few.
    """
    return _content(F, R, u, _idf(F), scale=False)


def profile_not_scaled(F, R, u):
    """Your score is a dot product with a profile that was not scaled to length 1. It then grows
    with the number of items that the user has.
    """
    items = F * _idf(F)
    items = items / np.maximum(np.linalg.norm(items, axis=1, keepdims=True), 1e-12)
    return items @ (R[u] @ items)


def history_all_alike(F, R, u):
    """Your profile is a plain mean: weigh the items of the user by ``R[u]``."""
    return reference.content_scores(F, (np.asarray(R) > 0).astype(float), u)


def nan_for_newcomers(F, R, u):
    """Without history the profile is of length 0, and 0 / 0 is NaN. The contract says 0."""
    if np.any(R[u]):
        return reference.content_scores(F, R, u)
    return np.full(len(F), np.nan)


def items_not_scaled__in_the_profile(F, R, u):
    return _content_of(F, R, u, _idf(F), own=lambda items: items)


def _unit(items):
    return items / np.maximum(np.linalg.norm(items, axis=1, keepdims=True), 1e-12)


def _content_of(F, R, u, idf, own=_unit, other=_unit):
    """The contract, with another idf, or other vectors in the profile or of the candidates."""
    items = np.asarray(F, dtype=float) * idf
    profile = np.asarray(R, dtype=float)[u] @ own(items)
    length = np.linalg.norm(profile)
    return other(items) @ profile / length if length > 0 else np.zeros(len(items))


def _m(F):
    return (np.asarray(F) > 0).sum(axis=0)


def idf_not_smoothed__one_not_added(F, R, u):
    return _content_of(F, R, u, _idf(F) - 1)


def idf_without_inner_ones(F, R, u):
    """The ones inside your logarithm are missing. The contract adds 1 to both numbers of items."""
    return _content_of(F, R, u, np.log(len(F) / np.maximum(_m(F), 1)) + 1)


def idf_in_another_base(F, R, u):
    """Your logarithm has another base. The contract takes the natural one, and the 1 that is added
    makes the base matter.
    """
    return _content_of(F, R, u, (_idf(F) - 1) / np.log(2) + 1)


def idf_in_another_base__ten(F, R, u):
    return _content_of(F, R, u, (_idf(F) - 1) / np.log(10) + 1)


def occurrences_counted(F, R, u):
    """Your idf counts how often a feature occurs. It must count how many items have it."""
    F = np.asarray(F, dtype=float)
    return _content_of(F, R, u, np.log((1 + len(F)) / (1 + F.sum(axis=0))) + 1)


def features_counted(F, R, u):
    """The idf took the number of features for that of items: ``F`` has a row for each item."""
    return _content_of(F, R, u, np.log((1 + np.shape(F)[1]) / (1 + _m(F))) + 1)


def users_counted(F, R, u):
    """The idf took the number of users for the number of items: ``F`` has a row for each item."""
    return _content_of(F, R, u, np.log((1 + len(R)) / (1 + _m(F))) + 1)


def idf_twice(F, R, u):
    """Your idf weighs twice: it was applied to the profile again. The items carry it already."""
    idf = _idf(F)
    items = _unit(np.asarray(F, dtype=float) * idf)
    profile = np.asarray(R, dtype=float)[u] @ items * idf
    length = np.linalg.norm(profile)
    return items @ profile / length if length > 0 else np.zeros(len(items))


def features_as_flags(F, R, u):
    """How often an item has a feature made no difference: the counts were cut to 0 and 1."""
    return reference.content_scores((np.asarray(F) > 0).astype(float), R, u)


def columns_scaled(F, R, u):
    """You scaled the features (columns) to length 1. Scale the items (rows)."""
    items = np.asarray(F, dtype=float) * _idf(F)
    norms = np.linalg.norm(items, axis=0)
    items = items / np.where(norms > 0, norms, 1)
    profile = np.asarray(R, dtype=float)[u] @ items
    length = np.linalg.norm(profile)
    return _unit(items) @ profile / length if length > 0 else np.zeros(len(items))


def columns_scaled__dot_product(F, R, u):
    items = np.asarray(F, dtype=float) * _idf(F)
    norms = np.linalg.norm(items, axis=0)
    items = items / np.where(norms > 0, norms, 1)
    profile = np.asarray(R, dtype=float)[u] @ items
    length = np.linalg.norm(profile)
    return items @ profile / length if length > 0 else np.zeros(len(items))


def nan_for_featureless(F, R, u):
    """An item without features is of length 0, and 0 / 0 is NaN. The contract says 0."""
    scores = reference.content_scores(F, R, u)
    without = ~np.asarray(F).any(axis=1)
    if np.asarray(R)[u][without].any():
        return np.full(len(scores), np.nan)
    return np.where(without & bool(np.any(R[u])), np.nan, scores)


def nan_for_featureless__newcomers_too(F, R, u):
    without = ~np.asarray(F).any(axis=1)
    if without.any() and not np.any(R[u]):
        return np.full(len(F), np.nan)
    return nan_for_featureless(F, R, u)


def nan_for_featureless__whole_profile(F, R, u):
    if (~np.asarray(F).any(axis=1)).any():
        return np.full(len(F), np.nan)
    return reference.content_scores(F, R, u)


def nan_for_featureless__profile_is_then_nothing(F, R, u):
    if (~np.asarray(F).any(axis=1)).any():
        return np.zeros(len(F))
    return reference.content_scores(F, R, u)


def own_items_masked(F, R, u):
    """You masked the items that the user has. Their scores are asked for here."""
    return np.where(np.asarray(R)[u] > 0, -np.inf, reference.content_scores(F, R, u))


def own_items_masked__zero(F, R, u):
    return np.where(np.asarray(R)[u] > 0, 0.0, reference.content_scores(F, R, u))


# ---- rank_with_ties -------------------------------------------------------------------------


def ties_by_column(score, popularity, n):
    """Equal scores came in the order of their numbers. Popularity must decide among them first."""
    return np.argsort(-np.round(np.asarray(score, dtype=float), 10), kind="stable")[:n].tolist()


def popularity_first(score, popularity, n):
    """The items were ordered by popularity, with the score for ties. It must be the other way
    round.
    """
    return reference.rank_with_ties(popularity, score, n)


def less_popular_first(score, popularity, n):
    """Among equal scores the less popular item came first."""
    return reference.rank_with_ties(score, -np.asarray(popularity, dtype=float), n)


def popularity_added(score, popularity, n):
    """A part of the popularity was added to the score. It then changes the order of items whose
    scores are not equal, too, where these are near or the popularity is large: sort by two keys.
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


def _added(share):
    def answer(score, popularity, n):
        total = np.round(np.asarray(score, dtype=float), 10) + share * np.asarray(popularity, float)
        return np.argsort(-total, kind="stable")[:n].tolist()

    return answer


popularity_added__millionth = _added(1e-6)
popularity_added__thousandth = _added(1e-3)
popularity_added__billionth = _added(1e-9)


def _rounded(decimals):
    def answer(score, popularity, n):
        return reference.rank_with_ties(np.round(np.asarray(score, float), decimals), popularity, n)

    return answer


def rounded_too_roughly(score, popularity, n):
    """Scores that differ were taken as equal: they were rounded to fewer than ten decimals."""
    return _rounded(8)(score, popularity, n)


rounded_too_roughly__six = _rounded(6)
rounded_too_roughly__three = _rounded(3)
rounded_too_roughly__two = _rounded(2)
rounded_too_roughly__one = _rounded(1)


def cut_off_not_rounded(score, popularity, n):
    """Scores were cut off after some decimals. Round them: 0.3 - 0.1 is a little below 0.2 as a
    float, and equal to it.
    """
    return reference.rank_with_ties(np.trunc(np.asarray(score, float) * 1e10), popularity, n)


def popularity_cut(score, popularity, n):
    """The popularity was cut to whole numbers. It is a float: 0.9 is more than 0.2."""
    return reference.rank_with_ties(score, np.asarray(popularity, dtype=float).astype(int), n)


def cut_before_the_ties(score, popularity, n):
    """The best ``n`` by score were cut off before popularity was looked at. Of equal scores at the
    last place the more popular one is shown: sort by both, then cut.
    """
    score = np.round(np.asarray(score, dtype=float), 10)
    first = np.sort(np.argsort(-score, kind="stable")[:n])
    popularity = np.asarray(popularity, dtype=float)
    return first[np.lexsort((-popularity[first], -score[first]))].tolist()


def all_for_none(score, popularity, n):
    """With ``n`` of 0 there are items all the same: ``[-0:]`` is the whole list. Cut an order that
    begins with the best.
    """
    ranked = reference.rank_with_ties(score, popularity, len(score))
    return ranked[:n] if n else ranked


def all_for_none__nothing_shown(score, popularity, n):
    ranked = reference.rank_with_ties(score, popularity, len(score))
    return ranked[:n] if n else ranked[::-1]


def lists_negated(score, popularity, n):
    """A list has no negative, and is not rounded: turn the arguments into arrays first."""
    if isinstance(score, list):
        raise TypeError("bad operand type for unary -: 'list'")
    return reference.rank_with_ties(score, popularity, n)


def lists_negated__attribute(score, popularity, n):
    if isinstance(score, list):
        raise AttributeError("'list' object has no attribute 'round'")
    return reference.rank_with_ties(score, popularity, n)


def sign_ignored(score, popularity, n):
    """Scores below 0 were taken without their sign. The lowest score is the worst."""
    return reference.rank_with_ties(np.abs(np.asarray(score, dtype=float)), popularity, n)


def worst_score_first(score, popularity, n):
    """The lowest scores come first: sort in descending order."""
    return reference.rank_with_ties(-np.asarray(score, dtype=float), popularity, n)


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
    spoils the sum. Its z-scores must be 0.
    """
    if any(np.nanstd(scores) < 1e-12 for scores in parts.values()):
        ranked = np.arange(len(next(iter(parts.values()))))
        return ranked[~np.isin(ranked, seen)][:n].tolist()
    return reference.hybrid_rank(parts, w, seen, n)


def nan_spoils_the_sum(parts, w, seen, n):
    """One recommender's NaN made the whole sum NaN, and the item came last. Where a recommender has
    no score, its z-score must be 0.
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
    """Items in ``seen`` are in your list."""
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


def _summed(parts, w, seen, n, scale):
    """The contract, with other numbers in the place of z-scores."""
    with np.errstate(all="ignore"):
        total = sum(w[name] * scale(np.array(each, float)) for name, each in parts.items())
    ranked = np.argsort(-np.round(total, 10), kind="stable")
    return [int(item) for item in ranked if int(item) not in set(seen)][:n]


def centred_only(parts, w, seen, n):
    """The scores were centred, but not divided by their spread. The recommender with the largest
    numbers still decides alone.
    """

    def scale(scores):
        known = np.isfinite(scores)
        return np.where(known, scores - scores[known].mean(), 0) if known.any() else 0 * scores

    return _summed(parts, w, seen, n, lambda scores: np.nan_to_num(scale(scores)))


def raw_scores_added__unknown_is_zero(parts, w, seen, n):
    return _summed(parts, w, seen, n, lambda x: np.where(np.isfinite(x), x, 0))


def divided_by_the_variance(parts, w, seen, n):
    """The centred scores were divided by the variance, not by its root. The units are then no
    longer alike.
    """

    def scale(scores):
        known = np.isfinite(scores)
        return (
            reference._z_scores(scores) / (scores[known].std() or 1.0)
            if known.any()
            else 0 * scores
        )

    return _summed(parts, w, seen, n, scale)


def spread_compared_with_zero(parts, w, seen, n):
    """A recommender that gives every item the same score is not harmless: rounding leaves its
    scores a spread of some 1e-17, and dividing by it gives z-scores of about 1. A spread that small
    is no spread.
    """

    def scale(scores):
        known = np.isfinite(scores)
        if not known.any() or scores[known].std() == 0:
            return np.zeros(len(scores))
        return np.where(known, (scores - scores[known].mean()) / scores[known].std(), 0)

    return _summed(parts, w, seen, n, scale)


def nan_counted_as_zero__infinity_too(parts, w, seen, n):
    filled = {name: np.where(np.isfinite(each), each, 0.0) for name, each in parts.items()}
    return reference.hybrid_rank(filled, w, seen, n)


def no_score_is_a_bad_score(parts, w, seen, n):
    """Where a recommender has no score, the item got a low one. Nothing is known against it: its
    z-score must be 0, the mean.
    """
    return _summed(
        parts, w, seen, n, lambda x: np.where(np.isfinite(x), reference._z_scores(x), -10.0)
    )


def no_score_is_a_bad_score__lowest(parts, w, seen, n):
    def scale(scores):
        z, known = reference._z_scores(scores), np.isfinite(scores)
        return np.where(known, z, z[known].min() if known.any() else 0.0)

    return _summed(parts, w, seen, n, scale)


def no_score_is_a_bad_score__lowest_before(parts, w, seen, n):
    def filled(scores):
        known = np.isfinite(scores)
        return np.where(known, scores, scores[known].min() if known.any() else 0.0)

    return _summed(parts, w, seen, n, lambda x: reference._z_scores(filled(x)))


def no_score_is_a_bad_score__last(parts, w, seen, n):
    return _summed(
        parts, w, seen, n, lambda x: np.where(np.isfinite(x), reference._z_scores(x), -1e6)
    )


def seen_left_out_of_the_mean(parts, w, seen, n):
    """Mean and spread were taken over the unseen items only. Seen items that have a score belong to
    them.
    """

    def scale(scores):
        known = np.isfinite(scores)
        of = known & ~np.isin(np.arange(len(scores)), seen)
        if not of.any() or np.ptp(scores[of]) < 1e-9:
            return np.zeros(len(scores))
        return np.where(known, (scores - scores[of].mean()) / scores[of].std(), 0)

    return _summed(parts, w, seen, n, scale)


def ranks_blended(parts, w, seen, n):
    """Ranks were blended. How far apart two scores are is lost with them: take z-scores."""
    ranked = {}
    for name, scores in parts.items():
        scores = np.array(scores, float)
        known = np.isfinite(scores)
        scores[known] = stats.rankdata(scores[known])
        ranked[name] = scores
    return reference.hybrid_rank(ranked, w, seen, n)


def ranks_blended__alone(parts, w, seen, n):
    def scale(scores):
        known = np.isfinite(scores)
        out = np.zeros(len(scores))
        out[known] = stats.rankdata(scores[known])
        return out

    return _summed(parts, w, seen, n, scale)


def items_without_a_score_dropped(parts, w, seen, n):
    """Items for which some recommender has no score are not in your list. Their z-score from it
    must be 0, and the others decide.
    """
    gone = {i for each in parts.values() for i in np.flatnonzero(~np.isfinite(each)).tolist()}
    return [i for i in reference.hybrid_rank(parts, w, seen, 10**6) if i not in gone][:n]


def weights_by_order(parts, w, seen, n):
    """The weights were taken in the order in which they stand. They have names: look each up by
    that of its recommender.
    """
    return reference.hybrid_rank(parts, dict(zip(parts, w.values(), strict=False)), seen, n)


def weights_by_order__alphabetical(parts, w, seen, n):
    of = dict(zip(sorted(parts), w.values(), strict=False))
    return reference.hybrid_rank(parts, of, seen, n)


def higher_number_of_equals(parts, w, seen, n):
    """Of equal items the higher number came first. An ascending order that is reversed reverses the
    ties too.
    """
    return _higher_number_of_equals(parts, w, seen, n)


HYBRIDS = (
    centred_only,
    raw_scores_added,
    divided_by_the_variance,
    spread_compared_with_zero,
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
    no_score_is_a_bad_score,
    seen_left_out_of_the_mean,
    ranks_blended,
    items_without_a_score_dropped,
    weights_by_order,
    higher_number_of_equals,
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
    """What goes wrong only with two recommenders passes your test: scales, weights and gaps. Give
    it two with different scales, and look at the order.
    """
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
    """In your answer ``logq`` makes no difference. It belongs to the items, which are columns.
    Subtracted along the rows it is a constant within each row, and cancels.
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
    """A ratio of exponentials was computed first, and its logarithm after. Where a user's own item
    is far from the highest score, that ratio is 0 or infinite in floats. Keep to logarithms: the
    score less the log of the sum.
    """
    scores = U @ V.T / tau - logq
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    with np.errstate(all="ignore"):
        return float(-np.log(np.diag(weights) / weights.sum(axis=1)).mean())


def summed_over_the_batch(U, V, logq, tau=1.0):
    """Your loss is a sum over the batch: it grows with the batch, and so would the gradient. Take
    the mean.
    """
    return len(U) * reference.in_batch_softmax_logq(U, V, logq, tau)


def items_choose_users(U, V, logq, tau=1.0):
    """Your softmax runs over users. Each user has a row, in which the items of the batch must
    compete.
    """
    return _softmax_loss((U @ V.T / tau - logq).T)


def overflows__as_a_ratio(U, V, logq, tau=1.0):
    with np.errstate(all="ignore"):
        weights = np.exp(U @ V.T / tau - logq)
        return float(-np.log(np.diag(weights) / weights.sum(axis=1)).mean())


def underflows__ratio_to_her_own(U, V, logq, tau=1.0):
    scores = U @ V.T / tau - logq
    with np.errstate(all="ignore"):
        return float(np.mean([np.log(np.exp(row - row[i]).sum()) for i, row in enumerate(scores)]))


def largest_of_the_whole_batch(U, V, logq, tau=1.0):
    """The highest score of the whole batch was subtracted. In a row far below it all terms are 0 in
    floats: subtract each row's own highest score.
    """
    scores = U @ V.T / tau - logq
    scores = scores - scores.max()
    with np.errstate(all="ignore"):
        return float((np.log(np.exp(scores).sum(axis=1)) - np.diag(scores)).mean())


def small_number_in_the_logarithm(U, V, logq, tau=1.0):
    """A small number was added to the probability before its logarithm. The loss is finite then,
    but wrong where the probability is smaller still: keep to logarithms.
    """
    scores = U @ V.T / tau - logq
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return float(-np.log(np.diag(weights) / weights.sum(axis=1) + 1e-12).mean())


def negatives_only(U, V, logq, tau=1.0):
    """Your sum leaves out the user's own item. It must run over all items of the batch."""
    scores = U @ V.T / tau - logq
    others = np.where(np.eye(len(scores), dtype=bool), -np.inf, scores)
    with np.errstate(all="ignore"):
        return float((np.logaddexp.reduce(others, axis=1) - np.diag(scores)).mean())


def own_item_not_corrected(U, V, logq, tau=1.0):
    """The user's own item was not corrected. Correct every item of the batch, her own too."""
    raw = U @ V.T / tau
    scores = raw - logq
    np.fill_diagonal(scores, np.diag(raw))
    return _softmax_loss(scores)


def own_item_not_corrected__in_the_numerator(U, V, logq, tau=1.0):
    raw = U @ V.T / tau
    return float((np.logaddexp.reduce(raw - logq, axis=1) - np.diag(raw)).mean())


def probability_subtracted(U, V, logq, tau=1.0):
    """The probability was subtracted. ``logq`` is its logarithm already: subtract that."""
    return _softmax_loss(U @ V.T / tau - np.exp(logq))


def logarithm_taken_again(U, V, logq, tau=1.0):
    """The logarithm of ``logq`` was taken. It is a logarithm already."""
    with np.errstate(all="ignore"):
        return _softmax_loss(U @ V.T / tau - np.log(logq))


def cosines_for_dot_products(U, V, logq, tau=1.0):
    """The vectors were scaled to length 1. The contract takes their dot products as they are."""
    with np.errstate(all="ignore"):
        unit = [x / np.linalg.norm(x, axis=1, keepdims=True) for x in (U, V)]
        return _softmax_loss(unit[0] @ unit[1].T / tau - logq)


def cosines_for_dot_products__guarded(U, V, logq, tau=1.0):
    norms = [np.linalg.norm(x, axis=1, keepdims=True) for x in (U, V)]
    unit = [x / np.where(m > 0, m, 1) for x, m in zip((U, V), norms, strict=True)]
    return _softmax_loss(unit[0] @ unit[1].T / tau - logq)


def temperature_multiplies(U, V, logq, tau=1.0):
    """The dot product was multiplied by the temperature: divide."""
    return _softmax_loss(U @ V.T * tau - logq)


def temperature_left_out(U, V, logq, tau=1.0):
    """In your answer ``tau`` makes no difference: divide the dot product by it."""
    return _softmax_loss(U @ V.T - logq)


def sign_of_the_loss(U, V, logq, tau=1.0):
    """Your loss is negative. It must be the mean *negative* logarithm, at least 0."""
    return -reference.in_batch_softmax_logq(U, V, logq, tau)


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
    """Your percentiles are those of the single differences. They say how much units differ. The
    interval must be that of the *mean* difference, over resamples.
    """
    return bool(np.percentile(np.asarray(err_new) - np.asarray(err_base), 97.5) < 0)


def worst_seed_counts(err_new, err_base):
    """One unlucky seed was enough to refuse the model. Use the mean over the seeds that are drawn,
    as many as there are.
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


def _difference(err_new, err_base):
    return np.asarray(err_new, dtype=float) - np.asarray(err_base, dtype=float)


def worst_seed_counts__by_means(err_new, err_base):
    return bool((_difference(err_new, err_base).mean(axis=1) < 0).all())


def _means(err_new, err_base):
    difference = _difference(err_new, err_base)
    rng = np.random.default_rng(0)
    seeds, units = (rng.multinomial(n, np.full(n, 1 / n), 2000) / n for n in difference.shape)
    return ((seeds @ difference) * units).sum(axis=1)


def lower_end_below_zero(err_new, err_base):
    """You looked at the lower end of the interval. Where it is below 0, the upper end may be far
    above: the whole interval must lie below 0.
    """
    return bool(np.percentile(_means(err_new, err_base), 2.5) < 0)


def either_side_accepted(err_new, err_base):
    """A model that is clearly worse was accepted too. The interval must lie below 0; it is not
    enough that it leaves out 0.
    """
    low, high = np.percentile(_means(err_new, err_base), [2.5, 97.5])
    return bool(high < 0 or low > 0)


def two_intervals(err_new, err_base):
    """You took one interval over the units and another one over the seeds. Each holds one source of
    luck alone, so each is too narrow: draw both in the same resample.
    """
    difference = _difference(err_new, err_base)
    return bool(_upper(difference, seeds=False) < 0 and _upper(difference, units=False) < 0)


def one_end_alone(err_new, err_base):
    """You took the 95th percentile as the upper end. An interval of 95 % leaves out 2.5 % at each
    end: its upper end must be the percentile 97.5.
    """
    return bool(np.percentile(_means(err_new, err_base), 95) < 0)


def normal_interval(err_new, err_base):
    """You took the upper end from the mean and the standard deviation of the resamples. With few
    seeds their means are skewed: take the percentiles.
    """
    means = _means(err_new, err_base)
    return bool(means.mean() + 1.96 * means.std() < 0)


def units_apart_for_each_seed(err_new, err_base):
    """Each seed had units of its own in a resample. Luck in the units then averages out over the
    seeds: draw a unit for all seeds together.
    """
    difference = _difference(err_new, err_base)
    rng = np.random.default_rng(0)
    n = difference.shape[1]
    means = [
        (
            difference[rng.integers(0, len(difference), len(difference))]
            * rng.multinomial(n, np.full(n, 1 / n), len(difference))
            / n
        )
        .sum(axis=1)
        .mean()
        for _ in range(2000)
    ]
    return bool(np.percentile(means, 97.5) < 0)


# ---- retrieve_rank_rerank -------------------------------------------------------------------


def _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, **other):
    """The reference, with one decision changed."""
    limit = budget_ms if other.get("wait_for_all") else budget_ms / 2
    late = (lambda ms: ms >= limit) if other.get("strictly") else (lambda ms: ms > limit)
    in_time = [(ms, items) for ms, items in sources if not late(ms)]
    if not in_time:
        return []
    took = [ms for ms, _ in in_time]
    spent = sum(took) if other.get("serial") else max(took)
    if other.get("all_waited"):
        spent = min(max(ms for ms, _ in sources), budget_ms)
    if other.get("half"):
        spent = budget_ms / 2
    left = (budget_ms - spent) * other.get("unit", 1000) / rank_us
    if whole := other.get("whole"):
        left = float(whole(round(left, 9)))
    affordable = max(int(left) if other.get("floored") else int(left + 1e-9), 0)
    lists = [items for _, items in in_time]
    if other.get("one_after_another"):
        candidates = [item for items in lists for item in items]
    else:
        shortest = other.get("shortest")
        rows = list(zip(*lists, strict=False) if shortest else reference.zip_longest(*lists))
        lost = (lambda item: not item) if other.get("zero_lost") else (lambda item: item is None)
        candidates = [item for row in rows for item in row if not lost(item)]
    if other.get("twice"):
        candidates = candidates[:affordable]
    elif other.get("duplicates"):
        candidates = list(dict.fromkeys(candidates[:affordable]))
    elif other.get("all_ranked"):
        candidates = list(dict.fromkeys(candidates))
    else:
        candidates = list(dict.fromkeys(candidates))[:affordable]
    ranked = candidates
    if not other.get("not_ranked"):
        ranked = sorted(candidates, key=lambda item: (-score[item], item))
    if key := other.get("key"):
        ranked = sorted(candidates, key=lambda item: key(score[item], item))
    if other.get("rule_first"):
        first: dict = {}
        for item in candidates:
            first.setdefault(kind[item], []).append(item)
        ranked = [item for item in ranked if item in first[kind[item]][:per_kind]]
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
    """You show more than ``per_kind`` items of one kind."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, no_rule=True)


def order_of_retrieval_kept(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Your list has the order of retrieval. The ranker's score must decide the order."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, not_ranked=True)


def budget_missed_by_a_float(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Where the time left is just enough for one more candidate, it was not ranked: a float came
    out a little below a whole number before it was rounded down.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, floored=True)


def exactly_half_is_late(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """A source that takes exactly half of the budget was not waited for. It is in time: only one
    that takes longer is not.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, strictly=True)


def late_source_charged(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """The time of a source that was not waited for was subtracted. The ranker starts when the
    slowest source that was waited for is done.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, all_waited=True)


def half_for_the_ranker(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """The ranker got half of the budget. It must have all the time that is left after the slowest
    source that was waited for.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, half=True)


def shortest_source_ends_it(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Where the shortest source ended, the candidates of the others were lost. The others must go
    on taking turns.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, shortest=True)


def duplicates_ranked__shown_twice(sources, score, kind, budget_ms, rank_us, per_kind, n):
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, twice=True)


def item_zero_lost(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """In your answer item 0 is never shown. In Python 0 counts as false: ask whether a place is
    None.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, zero_lost=True)


def rule_before_the_order(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """The rule of kinds was applied in the order of retrieval, so the first of a kind were kept and
    not the best. Order by score, then apply the rule.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, rule_first=True)


def micro_taken_for_milli(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """The time for one candidate is in microseconds, the budget in milliseconds: a thousand of the
    one are one of the other.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, unit=1)


def last_one_does_not_fit(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """One candidate too many was ranked: the time that is left does not suffice for all of it.
    Round down.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, whole=np.ceil)


def last_one_does_not_fit__rounded(sources, score, kind, budget_ms, rank_us, per_kind, n):
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, whole=np.round)


def last_one_does_not_fit__one_more(sources, score, kind, budget_ms, rank_us, per_kind, n):
    return _serve(
        sources, score, kind, budget_ms, rank_us, per_kind, n, whole=lambda left: left // 1 + 1
    )


def ties_by_retrieval(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Of equal scores the one that was retrieved first came first. The lower number must come
    first.
    """
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, key=lambda s, item: -s)


def ties_by_higher_number(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Of equal scores the higher number came first. The lower number must come first."""
    return _serve(
        sources, score, kind, budget_ms, rank_us, per_kind, n, key=lambda s, item: (-s, -item)
    )


def worst_candidates_first(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """The candidates with the lowest scores come first in your list: sort in descending order."""
    return _serve(
        sources, score, kind, budget_ms, rank_us, per_kind, n, key=lambda s, item: (s, item)
    )


def no_source_fails(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Your answer stops with an error when no source is in time. Then nothing can be shown: return
    an empty list.
    """
    if all(2 * ms > budget_ms for ms, _ in sources):
        raise ValueError("max() arg is an empty sequence")
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n)


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
    """You let ``lam`` weigh the scores. It weighs the mix: with 0 the scores alone decide, with 1
    the mix alone.
    """
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


def _grown(score, kind, wanted, lam, n, apart=None, smooth=0.01, before=False, mean=False):
    """The contract, with one decision changed; infinite and missing values win or lose as they do
    in numpy.
    """
    s, k, p = np.asarray(score, float), np.asarray(kind), np.asarray(wanted, float)
    chosen: list = []
    while len(chosen) < min(n, len(s)):
        options = [item for item in range(len(s)) if item not in chosen]
        values = []
        for item in options:
            counted = chosen if before else [*chosen, item]
            q = np.bincount(k[counted].astype(int), minlength=len(p)) / max(1, len(counted))
            with np.errstate(all="ignore"):
                d = (apart or _divergence)(p, (1 - smooth) * q + smooth * p)
            own = s[[*chosen, item]].mean() if mean else s[item]
            values.append((1 - lam) * own - lam * d if lam < 1 else -d)
        chosen.append(options[int(np.argmax(np.round(values, 10)))])
    return chosen


def _divergence(p, mixed):
    return (p[p > 0] * np.log(p[p > 0] / mixed[p > 0])).sum()


def best_scores_alone__new_item_not_counted(score, kind, wanted, lam, n):
    return _grown(score, kind, wanted, lam, n, before=True)


def logarithm_of_base_two(score, kind, wanted, lam, n):
    """The logarithm has another base, so the mix weighs more or less than it should. The contract
    takes the natural one.
    """
    return _grown(score, kind, wanted, lam, n, lambda p, m: _divergence(p, m) / np.log(2))


def logarithm_of_base_two__ten(score, kind, wanted, lam, n):
    return _grown(score, kind, wanted, lam, n, lambda p, m: _divergence(p, m) / np.log(10))


def absolute_difference(score, kind, wanted, lam, n):
    """The mix was measured by absolute differences of shares. The contract takes the divergence."""
    return _grown(score, kind, wanted, lam, n, lambda p, q: np.abs(p - q).sum(), smooth=0)


def absolute_difference__mixed(score, kind, wanted, lam, n):
    return _grown(score, kind, wanted, lam, n, lambda p, q: np.abs(p - q).sum())


def squared_difference__not_mixed(score, kind, wanted, lam, n):
    return _grown(score, kind, wanted, lam, n, lambda p, q: ((p - q) ** 2).sum(), smooth=0)


def divergence_the_other_way__of_the_list(score, kind, wanted, lam, n):
    def apart(p, q):
        return (q[q > 0] * np.log(q[q > 0] / p[q > 0])).sum()

    return _grown(score, kind, wanted, lam, n, apart)


def not_mixed(score, kind, wanted, lam, n):
    """The shares of the list were not mixed with those that are wanted. As long as a wanted kind is
    missing, the divergence is infinite, and all items look equally bad.
    """
    return _grown(score, kind, wanted, lam, n, smooth=0)


def mixed_the_other_way(score, kind, wanted, lam, n):
    """In your answer 0.99 and 0.01 stand the wrong way round: the shares of the list hardly
    count.
    """
    return _grown(score, kind, wanted, lam, n, smooth=0.99)


def mean_score_of_the_list(score, kind, wanted, lam, n):
    """The mean score of the list was taken. With the sum each new item counts in full, however long
    the list is.
    """
    return _grown(score, kind, wanted, lam, n, mean=True)


def unwanted_kind_spoils_the_sum(score, kind, wanted, lam, n):
    """A kind with a share of 0 made the sum NaN: 0 times the logarithm of 0. It adds nothing: leave
    it out.
    """
    return _grown(score, kind, wanted, lam, n, lambda p, m: (p * np.log(p / m)).sum())


def best_n_put_in_order(score, kind, wanted, lam, n):
    """The ``n`` best scores were chosen first, and only their order follows the mix. A kind that is
    not among them never appears.
    """
    best = np.sort(np.argsort(-np.asarray(score, dtype=float), kind="stable")[:n])
    inner = reference.calibrated_list(
        np.asarray(score)[best], np.asarray(kind)[best], wanted, lam, len(best)
    )
    return [int(best[i]) for i in inner]


def too_few_items_fail(score, kind, wanted, lam, n):
    """Your answer stops with an error when there are fewer items than ``n``. Then return all of
    them.
    """
    if n > len(score):
        raise IndexError("no item is left")
    return reference.calibrated_list(score, kind, wanted, lam, n)


def too_few_items_fail__value(score, kind, wanted, lam, n):
    if n > len(score):
        raise ValueError("no item is left")
    return reference.calibrated_list(score, kind, wanted, lam, n)


def higher_number_added_first(score, kind, wanted, lam, n):
    """Of equal items the higher number was added first. The lower number must be added first."""
    last = len(score) - 1
    turned = reference.calibrated_list(
        np.asarray(score)[::-1], np.asarray(kind)[::-1], wanted, lam, n
    )
    return [last - item for item in turned]


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
    """Your lists hold products that a household buys already. Only products new to it count."""
    strength = sparse.csr_matrix(purchases, dtype=float).log1p()
    return np.argsort(-strength[households].toarray(), axis=1, kind="stable")[:, :n]


def nearest_neighbour_alone(purchases, households, n):
    """One neighbour was asked. What one household bought is a small sample: average over many."""
    return _best_new(reference._neighbour_scores(purchases, 1), purchases, households, n)
