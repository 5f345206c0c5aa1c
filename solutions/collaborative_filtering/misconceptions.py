"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import itertools
import math

import numpy as np
from scipy import sparse

from solutions.collaborative_filtering import reference

TOY = [[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]]


# ---- break_recommender ----------------------------------------------------------------------


def nothing_to_recommend(defect):
    """On your inputs both recommenders return an empty list. That happens when the user has rated
    everything, or when nobody similar has rated the rest. Start from a user with two ratings, two
    neighbours, and one product that only the neighbours have rated.
    """
    return [[5, 3, 1], [3, 2, 2], [4, 2, 3]], 0, 3, 2


def toy_matrix_for_every_defect(defect):
    """Your input shows only some of the defects. The product that it asks about has a single rater,
    so her weight cancels, and the choice of other neighbours makes no difference. A defect in the
    choice or in the weights of neighbours needs a product that two of them have rated.
    """
    return TOY, 0, 5, 2


def ratings_off_the_scale(defect):
    """A rating is a whole number from 1 to 5, and 0 means not rated. Find an input that a shop
    could really have.
    """
    return [[50, 10, 0], [30, 10, 50], [50, 50, 10]], 0, 3, 2


def larger_than_needed(defect):
    """At most 6 users and 6 products are allowed, so that a person can check the example by hand.
    Three users and four products are enough for every defect.
    """
    return np.random.default_rng(0).integers(0, 6, (30, 20)).tolist(), 0, 5, 3


def user_counted_from_one(defect):
    """The user you name is not a row of your matrix: rows are counted from 0."""
    return TOY, 4, 5, 2


def not_four_values(defect):
    """Return all four arguments of the recommender: the ratings, the user, ``n`` and ``k``."""
    return TOY


# ---- cosine_similarity_matrix ---------------------------------------------------------------


def dot_product(R):
    """You computed the dot product. It grows with the number of ratings, so users with many ratings
    look similar to everybody. Divide by the length of both users' rows.
    """
    R = np.asarray(R, dtype=float)
    return R @ R.T


def products_normalised(R):
    """You divided each column by its length. Columns are products; users are the rows."""
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=0)
    unit = R / np.where(norms > 0, norms, 1)
    return unit @ unit.T


def empty_user_divides_by_zero(R):
    """A user without ratings has length 0, and 0 / 0 is NaN, which then spreads through every
    ranking. The contract says 0.
    """
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=1)
    with np.errstate(all="ignore"):
        return (R @ R.T) / np.outer(norms, norms)


def small_integers_overflow(R):
    """The dot product was taken in the type of ``R``. In ``int8`` 5 x 5 summed over six products is
    no longer 150 but -106: turn the ratings into floats first.
    """
    R = np.asarray(R)
    norms = np.linalg.norm(R.astype(float), axis=1)
    return (R @ R.T) / np.maximum(np.outer(norms, norms), 1e-12)


def only_common_products(R):
    """The lengths were taken over the products that both users rated. Two users with one product
    in common are then perfectly similar: take each length over all that the user rated.
    """
    R = np.asarray(R, dtype=float)
    rated = (R > 0).astype(float)
    squares = (R**2) @ rated.T
    lengths = np.sqrt(squares * squares.T)
    return (R @ R.T) / np.where(lengths > 0, lengths, 1)


def centred_first(R):
    """That is Pearson's correlation, or close to it: the ratings were centred before the cosine.
    A good measure, but the question asks for the cosine of the ratings as they are.
    """
    R = np.asarray(R, dtype=float)
    counts = np.maximum((R > 0).sum(axis=1, keepdims=True), 1)
    return reference.cosine_similarity_matrix(
        np.where(R > 0, R - R.sum(axis=1, keepdims=True) / counts, 0)
    )


def diagonal_cleared(R):
    """You set the similarity of each user to herself to 0. Here the diagonal is 1 for a user who
    has rated something. The next function leaves the user out of her own neighbourhood.
    """
    S = reference.cosine_similarity_matrix(R)
    np.fill_diagonal(S, 0)
    return S


def products_compared(R):
    """You compared products: the columns. Users are the rows."""
    return reference.cosine_similarity_matrix(np.asarray(R).T)


def ones_on_the_diagonal(R):
    """Your diagonal is 1 throughout. A user without ratings must have similarity 0 to herself
    too.
    """
    S = reference.cosine_similarity_matrix(R)
    np.fill_diagonal(S, 1)
    return S


def something_added_to_the_lengths(R):
    """A number was added to the lengths to avoid a division by 0. It makes every similarity a
    little too small: treat a length of 0 apart.
    """
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=1) + 0.01
    return R @ R.T / np.outer(norms, norms)


def something_added_to_the_lengths__product(R):
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=1)
    return R @ R.T / (np.outer(norms, norms) + 1e-3)


def centred_first__over_all_products(R):
    R = np.asarray(R, dtype=float)
    return reference.cosine_similarity_matrix(R - R.mean(axis=1, keepdims=True))


def lengths_without_the_root(R):
    """You divided by the sums of squares. A length is the root of that sum."""
    R = np.asarray(R, dtype=float)
    squares = (R**2).sum(axis=1)
    both = np.outer(squares, squares)
    return R @ R.T / np.where(both > 0, both, 1)


def one_length_only(R):
    """You divided by the length of one of the two users. Divide by both, or the table is not
    symmetric.
    """
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=1, keepdims=True)
    return R @ R.T / np.where(norms > 0, norms, 1)


def one_length_only__of_the_column(R):
    return one_length_only(R).T


def sum_for_length(R):
    """You divided by the sums of the ratings. A length is the root of the sum of squares."""
    R = np.asarray(R, dtype=float)
    sums = R.sum(axis=1)
    both = np.outer(sums, sums)
    return R @ R.T / np.where(both > 0, both, 1)


def ratings_overwritten(R):
    """You wrote into ``R``: the caller's ratings are no longer what they were. Divide into a new
    array.
    """
    S = reference.cosine_similarity_matrix(R)
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=1, keepdims=True)
    R /= np.where(norms > 0, norms, 1)
    return S


# ---- top_k_neighbours -----------------------------------------------------------------------


def first_skipped_as_if_it_were_self(S, u, k):
    """``[1:k+1]`` skips the first user. That is the user herself only if her own similarity is the
    largest. When the diagonal is 0, or another user has the same taste, the best neighbour is lost.
    Leave the user out by her number.
    """
    order = np.argsort(-S[u], kind="stable")[1 : k + 1]
    return order[S[u, order] > 0]


def self_among_neighbours(S, u, k):
    """In your answer the user is her own neighbour: nobody is more similar to her."""
    order = np.argsort(-S[u], kind="stable")
    return order[S[u, order] > 0][:k]


def strangers_kept(S, u, k):
    """Users with a similarity of 0 or less were kept to fill up the ``k`` places. They have nothing
    in common with the user: return fewer than ``k``.
    """
    order = np.argsort(-S[u], kind="stable")
    return order[order != u][:k]


def ties_reversed(S, u, k):
    """Of equally similar users the higher number came first. An ascending order, reversed, also
    reverses the ties. Sort by the negative similarity with ``kind="stable"``.
    """
    order = np.argsort(S[u], kind="stable")[::-1]
    return order[(order != u) & (S[u, order] > 0)][:k]


def diagonal_overwritten(S, u, k):
    """You wrote into ``S``, so the caller's matrix is changed, and the next call sees the change.
    Work on a copy of the row, or leave the user out by her number.
    """
    S[u, u] = -np.inf
    order = np.argsort(-S[u], kind="stable")
    return order[S[u, order] > 0][:k]


def similarities_instead_of_users(S, u, k):
    """You returned how similar the neighbours are. Return their numbers."""
    return S[u, reference.top_k_neighbours(S, u, k)]


def farthest_first(S, u, k):
    """An ascending sort puts the least similar users first."""
    order = np.argsort(S[u], kind="stable")
    return order[(order != u) & (S[u, order] > 0)][:k]


def cut_before_the_user_is_removed(S, u, k):
    """The first ``k`` were taken and the user removed from them, so that one neighbour is missing.
    Remove her, then cut.
    """
    order = np.argsort(-S[u], kind="stable")[:k]
    return order[(order != u) & (S[u, order] > 0)]


def places_without_the_user(S, u, k):
    """Your numbers count places in a row from which the user was deleted: whoever stands behind her
    is one too low.
    """
    rest = np.delete(S[u], u)
    order = np.argsort(-rest, kind="stable")
    return order[rest[order] > 0][:k]


def order_of_similarity_lost(S, u, k):
    """You found the right users, but they stand in the order of their numbers. The most similar one
    must come first.
    """
    return np.sort(reference.top_k_neighbours(S, u, k))


def similar_by_one_left_out(S, u, k):
    """Everybody with a similarity of 1 was left out. That is not the user alone: leave her out by
    her number.
    """
    order = np.argsort(-S[u], kind="stable")
    return order[(S[u, order] < 1) & (S[u, order] > 0)][:k]


def last_k_of_an_ascending_order(S, u, k):
    """Ties come in the wrong order, and with ``k`` of 0 there are neighbours: ``[-0:]`` is the
    whole list. Sort in descending order and cut at the front.
    """
    order = np.argsort(S[u], kind="stable")
    order = order[(order != u) & (S[u, order] > 0)]
    return order[-k:][::-1]


def nearest_last(S, u, k):
    """You found the right neighbours, but they stand in ascending order. The most similar one must
    come first.
    """
    return reference.top_k_neighbours(S, u, k)[::-1]


# ---- predict_rating and recommend -----------------------------------------------------------

# Each of these differs from the correct recommender by one decision, so that each is one mistake.


def _mean(ratings):
    return ratings[ratings > 0].mean()


def _predict(defect, R, S, u, i, k):
    own = defect == "self_in_neighbourhood"
    near = [v for v in range(len(R)) if S[u, v] > 0 and (own or v != u)]
    near.sort(key=lambda v: (-S[u, v], v))
    if defect not in ("k_taken_before_raters", "missing_counts_as_zero"):
        near = [v for v in near if R[v, i] > 0 or v == u]
    near = near[1 : k + 1] if defect == "best_neighbour_skipped" else near[:k]
    if defect != "missing_counts_as_zero":
        near = [v for v in near if R[v, i] > 0 and v != u]
    if not near:
        return float("nan")
    weights = np.array([1.0 if defect == "neighbours_unweighted" else S[u, v] for v in near])
    if defect == "ratings_not_centred":
        return float(weights @ [R[v, i] for v in near] / weights.sum())
    deviations = [R[v, i] - _mean(R[v]) for v in near]
    return float(_mean(R[u]) + weights @ deviations / weights.sum())


def _recommend(defect, R, u, n, k):
    R = np.asarray(R, dtype=float)
    if not R[u].any():
        raters = (R > 0).sum(axis=0)
        scores = np.where((raters > 0) & (defect != "cold_user_gets_nothing"), raters, np.nan)
    else:
        dot = defect == "dot_product_similarity"
        S = R @ R.T if dot else reference.cosine_similarity_matrix(R)
        scores = np.array([_predict(defect, R, S, u, i, k) for i in range(R.shape[1])])
    order = [int(i) for i in np.argsort(-scores, kind="stable") if not np.isnan(scores[i])]
    if defect != "seen_items_kept":
        order = [i for i in order if R[u, i] == 0]
    return [(i, float(scores[i])) for i in order[:n]]


def correct(R, u, n, k):
    """The recommender without a defect, by the same steps as the flawed ones."""
    return _recommend(None, R, u, n, k)


def one_number_for_everyone(R, u, n, k):
    """You returned one number, the mean of the neighbours' ratings over all products. It does not
    say which product to show. Average each column by itself, then rank the products.
    """
    R = np.asarray(R, dtype=float)
    neighbours = reference.top_k_neighbours(reference.cosine_similarity_matrix(R), u, k)
    return float(R[neighbours].mean()) if len(neighbours) else 0.0


def seen_items_kept(R, u, n, k):
    """Products that the user has already rated are recommended to her again: leave them out."""
    return _recommend("seen_items_kept", R, u, n, k)


def cold_user_gets_nothing(R, u, n, k):
    """A user without ratings got an empty list. The contract asks for the products that most users
    have rated, so that a new user sees a page too.
    """
    return _recommend("cold_user_gets_nothing", R, u, n, k)


def best_neighbour_skipped(R, u, n, k):
    """The most similar neighbour takes no part. ``[1:k+1]`` is meant to skip the user, but the user
    is already left out.
    """
    return _recommend("best_neighbour_skipped", R, u, n, k)


def self_in_neighbourhood(R, u, n, k):
    """The user takes one of the ``k`` places in her own neighbourhood, with no rating to give."""
    return _recommend("self_in_neighbourhood", R, u, n, k)


def dot_product_similarity(R, u, n, k):
    """The similarity is a dot product. It grows with the number of ratings, so users with many
    ratings look similar to everybody. Divide by the norms.
    """
    return _recommend("dot_product_similarity", R, u, n, k)


def missing_counts_as_zero(R, u, n, k):
    """A neighbour who has not rated a product was counted as if she had rated it 0. A missing
    rating is not a bad rating: use only users who rated the product.
    """
    return _recommend("missing_counts_as_zero", R, u, n, k)


def neighbours_unweighted(R, u, n, k):
    """All ``k`` neighbours have the same weight. Weight each by her similarity."""
    return _recommend("neighbours_unweighted", R, u, n, k)


def ratings_not_centred(R, u, n, k):
    """The raw ratings were averaged. A 3 from a strict user is a good rating; a 3 from a generous
    user is not. Average the deviations from each user's own mean, and add the result to the mean of
    the user you predict for.
    """
    return _recommend("ratings_not_centred", R, u, n, k)


def k_taken_before_raters(R, u, n, k):
    """The ``k`` nearest users were chosen first, and those without a rating for the product were
    dropped later. Most products then have few neighbours or none. Choose among the users who rated
    the product.
    """
    return _recommend("k_taken_before_raters", R, u, n, k)


PLANTED = {
    function.__name__: function
    for function in (
        ratings_not_centred,
        seen_items_kept,
        missing_counts_as_zero,
        neighbours_unweighted,
        best_neighbour_skipped,
        dot_product_similarity,
        self_in_neighbourhood,
        k_taken_before_raters,
        cold_user_gets_nothing,
        one_number_for_everyone,
    )
}


def worst_first(R, u, n, k):
    """The list begins with the lowest prediction: sort in descending order."""
    return reference.recommend(R, u, R.shape[1], k)[::-1][:n]


def unpredictable_scored_as_zero(R, u, n, k):
    """Products without a prediction are in the list. Nothing is known about them: leave them out,
    even if the list gets short.
    """
    known = reference.recommend(R, u, R.shape[1], k)
    listed = {item for item, _ in known}
    rest = [(i, 0.0) for i in range(R.shape[1]) if R[u, i] == 0 and i not in listed]
    return (known + rest)[:n]


def n_used_as_k(R, u, n, k):
    """``n`` was used for the number of neighbours too. ``n`` is how many products to show, ``k`` is
    how many neighbours to ask.
    """
    return reference.recommend(R, u, n, n)


def neighbours_chosen_before_raters(R, S, u, i, k):
    """The ``k`` nearest users were chosen first, and those who had not rated the product were
    dropped later. First take the users who rated it, then the ``k`` nearest of them.
    """
    return _predict("k_taken_before_raters", R, S, u, i, k) if R[u].any() else float("nan")


def missing_rating_is_zero(R, S, u, i, k):
    """Neighbours who have not rated the product were counted with a rating of 0."""
    return _predict("missing_counts_as_zero", R, S, u, i, k) if R[u].any() else float("nan")


def weights_forgotten(R, S, u, i, k):
    """A plain mean of the neighbours' deviations: weight each by her similarity."""
    return _predict("neighbours_unweighted", R, S, u, i, k) if R[u].any() else float("nan")


def means_forgotten(R, S, u, i, k):
    """The ratings were averaged as they are. Centre each neighbour's rating on her own mean, and
    add the result to the mean of user ``u``.
    """
    return _predict("ratings_not_centred", R, S, u, i, k) if R[u].any() else float("nan")


def means_over_all_products(R, S, u, i, k):
    """The means were taken over whole rows, so each product not rated counted as 0. Take a mean
    over the ratings that were given. A test shows it: when products that nobody rated are added,
    no mean may change.
    """
    raters = np.flatnonzero(R[:, i])
    raters = raters[(raters != u) & (S[u, raters] > 0)]
    nearest = raters[np.argsort(-S[u, raters], kind="stable")][:k]
    if len(nearest) == 0 or not R[u].any():
        return float("nan")
    weights = S[u, nearest]
    deviations = R[nearest, i] - R[nearest].mean(axis=1)
    return float(R[u].mean() + weights @ deviations / weights.sum())


def weights_not_normalised(R, S, u, i, k):
    """The weighted deviations were added up but not divided by the sum of the weights. So the
    prediction grows with the number of neighbours.
    """
    raters = np.flatnonzero(R[:, i])
    raters = raters[(raters != u) & (S[u, raters] > 0)]
    nearest = raters[np.argsort(-S[u, raters], kind="stable")][:k]
    if len(nearest) == 0 or not R[u].any():
        return float("nan")
    deviations = [R[v, i] - _mean(R[v]) for v in nearest]
    return float(_mean(R[u]) + S[u, nearest] @ deviations)


def zero_when_nobody_knows(R, S, u, i, k):
    """When nobody similar has rated the product, or the user has rated nothing, there is no
    prediction. A 0 looks like the worst rating of all. Return NaN.
    """
    rating = reference.predict_rating(R, S, u, i, k)
    return 0.0 if np.isnan(rating) else rating


def own_rating_used(R, S, u, i, k):
    """User ``u`` is her own nearest neighbour, so her own rating of the product predicts itself.
    Leave her out of the neighbours.
    """
    raters = np.flatnonzero(R[:, i])
    raters = raters[S[u, raters] > 0]
    nearest = raters[np.argsort(-S[u, raters], kind="stable")][:k]
    if len(nearest) == 0 or not R[u].any():
        return float("nan")
    deviations = [R[v, i] - _mean(R[v]) for v in nearest]
    weights = S[u, nearest]
    return float(_mean(R[u]) + weights @ deviations / weights.sum())


def own_rating_left_out_of_the_mean(R, S, u, i, k):
    """Her rating of product ``i`` was left out of the mean of user ``u``. She is not her own
    neighbour, but her mean is taken over all of her ratings.
    """
    others = np.array(R)
    others[u, i] = 0
    return reference.predict_rating(others, S, u, i, k)


def clipped_to_the_scale(R, S, u, i, k):
    """The prediction was clipped to 1 and 5. All products above 5 are then equal, and the order of
    the best is lost. Clip a number when you show it, not when you rank.
    """
    return float(np.clip(reference.predict_rating(R, S, u, i, k), 1, 5))


def predictions_clipped(R, u, n, k):
    """The predictions were clipped to the scale. All products above 5 are then equal, and the order
    of the best is lost.
    """
    known = reference.recommend(R, u, np.shape(R)[1], k)
    if not np.any(R[u]):
        return known[:n]
    clipped = [(item, float(np.clip(score, 1, 5))) for item, score in known]
    return sorted(clipped, key=lambda pair: (-pair[1], pair[0]))[:n]


def own_mean_where_nobody_knows(R, S, u, i, k):
    """Where nobody similar has rated the product, the user's mean was returned. Nothing is known
    there: return NaN.
    """
    rating = reference.predict_rating(R, S, u, i, k)
    return float(_mean(R[u])) if np.isnan(rating) and R[u].any() else rating


def own_mean_where_nobody_knows__nobody_rated_it(R, S, u, i, k):
    if R[u].any() and not np.delete(R[:, i], u).any():
        return float(_mean(R[u]))
    return reference.predict_rating(R, S, u, i, k)


def mean_of_the_product_where_nobody_knows(R, S, u, i, k):
    """Where there is no prediction, the mean of the product's ratings was returned. The contract
    asks for NaN.
    """
    rating = reference.predict_rating(R, S, u, i, k)
    rated = R[:, i][R[:, i] > 0]
    return float(rated.mean()) if np.isnan(rating) and len(rated) else rating


def known_rating_returned(R, S, u, i, k):
    """Where the user has rated the product, you returned that rating. A prediction is asked for, by
    her neighbours, whether she has rated it or not.
    """
    return float(R[u, i]) if R[u, i] else reference.predict_rating(R, S, u, i, k)


def dissimilar_neighbours_kept(R, S, u, i, k):
    """Users with a similarity of 0 or below are among your neighbours. Keep only those above 0:
    better have fewer than ``k``.
    """
    return _from_all(R, S, u, i, k, lambda weights: np.abs(weights).sum())


def dissimilar_neighbours_kept__no_zeros(R, S, u, i, k):
    return _from_all(R, S, u, i, k, lambda weights: np.abs(weights).sum(), lambda s: s != 0)


def dissimilar_neighbours_kept__plain_sum(R, S, u, i, k):
    return _from_all(R, S, u, i, k, lambda weights: weights.sum())


def dissimilar_neighbours_kept__by_size(R, S, u, i, k):
    return _from_all(R, S, u, i, k, lambda weights: np.abs(weights).sum(), key=np.abs)


def _from_all(R, S, u, i, k, total, fine=lambda s: s > -np.inf, key=lambda s: s, last=1):
    raters = [v for v in np.flatnonzero(R[:, i]) if v != u and fine(S[u, v])]
    near = sorted(raters, key=lambda v: (-key(S[u, v]), last * v))[:k]
    if not near or not R[u].any() or not total(S[u, near]):
        return float("nan")
    deviations = [R[v, i] - _mean(R[v]) for v in near]
    return float(_mean(R[u]) + S[u, near] @ deviations / total(S[u, near]))


def farthest_raters_asked(R, S, u, i, k):
    """The ``k`` least similar raters were asked: the order is ascending."""
    return _from_all(R, S, u, i, k, np.sum, lambda s: s > 0, lambda s: -s)


def higher_number_among_equals(R, S, u, i, k):
    """Of equally similar users the one with the higher number was asked. An ascending order that is
    reversed as a whole reverses the ties too.
    """
    return _from_all(R, S, u, i, k, np.sum, lambda s: s > 0, last=-1)


def all_raters_asked(R, S, u, i, k):
    """All similar raters were asked, whatever ``k`` is."""
    return reference.predict_rating(R, S, u, i, len(R))


def deviation_alone(R, S, u, i, k):
    """You returned by how much the prediction differs from the user's mean: add her mean."""
    rating = reference.predict_rating(R, S, u, i, k)
    return rating - _mean(R[u]) if R[u].any() else rating


def _unrated(R, u):
    return [i for i in range(np.shape(R)[1]) if np.asarray(R)[u, i] == 0]


def predictions_of_nothing_listed(R, u, n, k):
    """Products without a prediction stand at the end of your list, with NaN. Leave them out."""
    known = reference.recommend(R, u, np.shape(R)[1], k)
    if not np.asarray(R)[u].any():
        return known[:n]
    listed = {item for item, _ in known}
    return (known + [(i, float("nan")) for i in _unrated(R, u) if i not in listed])[:n]


def _newcomer(answer):
    def fn(R, u, n, k):
        return (
            answer(np.asarray(R), n)
            if not np.asarray(R)[u].any()
            else reference.recommend(R, u, n, k)
        )

    return fn


def _by(scores, n, least=0):
    return [
        (int(i), float(scores[i])) for i in np.argsort(-scores, kind="stable") if scores[i] > least
    ][:n]


def newcomer_gets_the_best_rated(R, u, n, k):
    """A user without ratings got products by their ratings, as a sum or a mean. The contract asks
    how many users have rated a product.
    """
    return _newcomer(lambda R, n: _by(R.sum(axis=0).astype(float), n))(R, u, n, k)


newcomer_gets_the_best_rated__mean = _newcomer(
    lambda R, n: _by(R.sum(axis=0) / np.maximum((R > 0).sum(axis=0), 1), n)
)


def newcomer_gets_unrated_products(R, u, n, k):
    """A user without ratings got products that nobody has rated: leave those out."""
    return _newcomer(lambda R, n: _by((R > 0).sum(axis=0).astype(float), n, -1))(R, u, n, k)


def filled_with_popular_products(R, u, n, k):
    """A list that is too short was filled with popular products. It must stay short: they have no
    prediction.
    """
    known = reference.recommend(R, u, n, k)
    if not np.asarray(R)[u].any():
        return known
    listed = {item for item, _ in known}
    raters = (np.asarray(R) > 0).sum(axis=0)
    rest = [i for i in np.argsort(-raters, kind="stable") if i in set(_unrated(R, u)) - listed]
    return (known + [(int(i), float(raters[i])) for i in rest])[:n]


def cut_before_the_order(R, u, n, k):
    """The first ``n`` products were kept and put in order afterwards. Put all of them in order,
    then cut.
    """
    known = sorted(reference.recommend(R, u, np.shape(R)[1], k))[:n]
    return sorted(known, key=lambda pair: (-pair[1], pair[0]))


def cut_before_the_order__unrated(R, u, n, k):
    first = set(_unrated(R, u)[:n])
    known = reference.recommend(R, u, np.shape(R)[1], k)
    return [pair for pair in known if pair[0] in first] if np.asarray(R)[u].any() else known[:n]


def not_put_in_order(R, u, n, k):
    """Your products stand in the order of their numbers. The best one must come first."""
    return sorted(reference.recommend(R, u, n, k))


def not_put_in_order__first_ones(R, u, n, k):
    return sorted(reference.recommend(R, u, np.shape(R)[1], k))[:n]


def places_for_products(R, u, n, k):
    """Your numbers count places among the unrated products. Return the products themselves: their
    columns.
    """
    place = {item: at for at, item in enumerate(_unrated(R, u))}
    return [(place[item], score) for item, score in reference.recommend(R, u, n, k)]


def scores_left_out(R, u, n, k):
    """Your list holds products without their predictions: return pairs."""
    return [item for item, _ in reference.recommend(R, u, n, k)]


def score_before_product(R, u, n, k):
    """Your pairs are the wrong way round: the product must come first, then its prediction."""
    return [(score, item) for item, score in reference.recommend(R, u, n, k)]


def k_and_n_exchanged(R, u, n, k):
    """``n`` and ``k`` were exchanged: ``n`` is how many products to show, ``k`` how many neighbours
    to ask.
    """
    return reference.recommend(R, u, k, n)


def worst_first__lower_number_first(R, u, n, k):
    if not np.asarray(R)[u].any():
        return worst_first(R, u, n, k)
    return sorted(reference.recommend(R, u, R.shape[1], k), key=lambda pair: pair[::-1])[:n]


def worst_first__of_the_best(R, u, n, k):
    return reference.recommend(R, u, n, k)[::-1]


def worst_first__predictions_only(R, u, n, k):
    if not np.asarray(R)[u].any():
        return reference.recommend(R, u, n, k)
    return worst_first(R, u, n, k)


# ---- kill_cf --------------------------------------------------------------------------------

# The wrong ones on trial. Each passes the first example of `recommend`, so that a test which tries
# nothing else rejects none of them.


def _predicted(R, similarity, u, n, k, ties=1):
    """Recommendations from a row of similarities; ``ties`` of -1 prefers the higher number."""
    scores = {}
    for i in np.flatnonzero(R[u] == 0).tolist():
        near = [v for v in range(len(R)) if R[v, i] > 0 and v != u and similarity[v] > 0]
        near = sorted(near, key=lambda v: (-round(similarity[v], 12), ties * v))[:k]
        if near:
            weights = similarity[near]
            deviations = [R[v, i] - _mean(R[v]) for v in near]
            scores[i] = float(_mean(R[u]) + weights @ deviations / weights.sum())
    return sorted(scores.items(), key=lambda pair: -pair[1])[:n]


def _later_of_equals(R, u, n, k):
    if not R[u].any():
        return reference.recommend(R, u, n, k)
    return _predicted(R, reference.cosine_similarity_matrix(R)[u], u, n, k, ties=-1)


def _lengths_of_common_products(R, u, n, k):
    if not R[u].any():
        return reference.recommend(R, u, n, k)
    return _predicted(R, only_common_products(R)[u], u, n, k)


def _newcomer_by_sum(R, u, n, k):
    listed = reference.recommend(R, u, R.shape[1], k)
    if R[u].any():
        return listed[:n]
    return sorted(listed, key=lambda pair: -R[:, pair[0]].sum())[:n]


def _cut_before_filtered(R, u, n, k):
    if not R[u].any():
        return reference.recommend(R, u, n, k)
    ranked = _recommend("seen_items_kept", R, u, n, k)
    return [(item, score) for item, score in ranked if R[u, item] == 0]


def _writes_into_the_ratings(R, u, n, k):
    listed = reference.recommend(R, u, n, k)
    R[u] = 0
    return listed


def planted_tests():
    """The ten wrong recommenders on trial."""
    return {
        "neighbours_unweighted": neighbours_unweighted,
        "dot_product_similarity": dot_product_similarity,
        "self_in_neighbourhood": self_in_neighbourhood,
        "n_used_as_k": n_used_as_k,
        "predictions_clipped": predictions_clipped,
        "unpredictable_scored_as_zero": unpredictable_scored_as_zero,
        "later_of_equal_neighbours": _later_of_equals,
        "lengths_of_common_products": _lengths_of_common_products,
        "newcomer_by_sum_of_ratings": _newcomer_by_sum,
        "cut_before_rated_removed": _cut_before_filtered,
    }


def accepts_everything(fn):
    """Your test accepts every implementation on trial. The wrong ones too return well-formed lists,
    recommend nothing that is rated, and pass the first example of `recommend`. Add products that
    several neighbours have rated, a user who has rated nothing, and predictions above 5.
    """
    return True


def accepts_everything__type_only(fn):
    return isinstance(fn(np.array(TOY), 0, 5, 2), list)


def accepts_everything__seen_items_only(fn):
    R = np.array(TOY)
    return all(R[0, item] == 0 for item, _ in fn(R, 0, 5, 2))


def accepts_everything__first_example_only(fn):
    return bool(np.allclose(fn(np.array(TOY), 0, 5, 2), [(2, 8 / 3)]))


def rejects_everything(fn):
    """Your test rejects the right implementations too. Does it compare floats with ``==``? Does it
    ask for one order of equal scores, or for ``n`` products where fewer can be predicted?
    """
    return False


def asks_one_neighbour_only(fn):
    """Your test uses one neighbour for each prediction. The weight of a single neighbour cancels:
    ask for several.
    """
    rng = np.random.default_rng(3)
    for _ in range(6):
        R = rng.integers(1, 6, (8, 9)) * (rng.random((8, 9)) < 0.6)
        R[:, 0] = 3
        got, right = dict(fn(R, 0, 9, 1)), dict(reference.recommend(R, 0, 9, 1))
        if got.keys() != right.keys() or any(abs(got[i] - right[i]) > 1e-6 for i in got):
            return False
    return True


def counts_the_products(fn):
    """Your test checks how many products come back. Check which ones they are, and their scores."""
    R = np.array([[5, 1, 0, 0], [4, 1, 0, 2], [0, 0, 3, 0]])
    return len(fn(R, 0, 4, 2)) == 1 and len(fn(np.array(TOY), 0, 5, 2)) == 1


def demands_one_order_of_equals(fn):
    """Your test asks for one order of products with equal numbers. The contract allows any: compare
    the numbers, and look up each product's own.
    """
    R = np.array([[0, 0, 0, 0], [4, 0, 5, 1], [3, 0, 2, 5]])
    return [item for item, _ in fn(R, 0, 4, 2)] == [0, 2, 3]


def tries_only_cold_users(fn):
    """Your test tries only a user without ratings. There the neighbours play no part."""
    R = np.vstack([TOY, np.zeros(4, dtype=int)])
    return [item for item, _ in fn(R, 4, 2, 2)] == [0, 3]


# ---- significance_weighting -----------------------------------------------------------------


def _common(R):
    rated = (np.asarray(R) != 0).astype(float)
    return rated @ rated.T


def never_capped(S, R, least):
    """Your share is not capped at 1: a similarity with more than ``least`` common products grew."""
    return np.asarray(S) * _common(R) / least


def shrunk_smoothly(S, R, least):
    """You multiplied by n / (n + least). That is another way to shrink, in which a similarity never
    counts in full. The contract reduces in proportion, and only below ``least``.
    """
    return np.asarray(S) * _common(R) / (_common(R) + least)


def all_or_nothing(S, R, least):
    """Similarities with fewer than ``least`` common products were set to 0. Reduce them in
    proportion instead.
    """
    return np.where(_common(R) >= least, S, 0)


def own_ratings_counted(S, R, least):
    """You counted how many products one user has rated. Count the products that both users have
    rated.
    """
    counts = (np.asarray(R) != 0).sum(axis=1).astype(float)
    return np.asarray(S) * np.minimum(np.minimum.outer(counts, counts), least) / least


def either_has_rated(S, R, least):
    """You counted the products that one of the two users has rated. Count those that both have."""
    rated = np.asarray(R) != 0
    counts = rated.sum(axis=1)
    return np.asarray(S) * np.minimum(counts[:, None] + counts - _common(R), least) / least


def flags_added_as_flags(S, R, least):
    """The product of two tables of True and False is again True or False, so every number of common
    products became 1. Turn the flags into numbers first.
    """
    rated = np.asarray(R) != 0
    return np.asarray(S) * np.minimum((rated @ rated.T).astype(float), least) / least


def ratings_multiplied(S, R, least):
    """The dot product of ratings is no number of products: turn the ratings into 0 and 1 first."""
    R = np.asarray(R, dtype=float)
    return np.asarray(S) * np.minimum(R @ R.T, least) / least


def similarities_overwritten(S, R, least):
    """You wrote into ``S``, so the caller's similarities are changed. Return a new array."""
    S *= np.minimum(_common(R), least) / least
    return S


def counted_in_the_type_of_the_ratings(S, R, least):
    """The common products were counted in the type of ``R``: in ``int8`` a number above 127 becomes
    negative. Count in a larger type.
    """
    rated = (np.asarray(R) != 0).astype(np.asarray(R).dtype)
    return np.asarray(S) * np.minimum((rated @ rated.T).astype(float), least) / least


def equal_ratings_counted(S, R, least):
    """You counted the products to which both gave the same rating. Count those that both have
    rated, whatever they say.
    """
    R = np.asarray(R)
    same = ((R[:, None] == R[None]) & (R[:, None] != 0)).sum(axis=2)
    return np.asarray(S) * np.minimum(same, least) / least


def diagonal_not_reduced(S, R, least):
    """Your diagonal does not follow the rule. It must be reduced like the rest: a user with few
    ratings has few in common with herself.
    """
    reduced = reference.significance_weighting(S, R, least)
    np.fill_diagonal(reduced, np.diag(S))
    return reduced


def diagonal_not_reduced__one(S, R, least):
    reduced = reference.significance_weighting(S, R, least)
    np.fill_diagonal(reduced, 1.0)
    return reduced


def diagonal_not_reduced__zero(S, R, least):
    reduced = reference.significance_weighting(S, R, least)
    np.fill_diagonal(reduced, 0.0)
    return reduced


def negative_set_to_zero(S, R, least):
    """Negative similarities became 0. Reduce them in proportion like the others."""
    return np.maximum(reference.significance_weighting(S, R, least), 0)


def strict_threshold(S, R, least):
    """A similarity with exactly ``least`` common products was reduced, or with fewer was not. It
    must count in full from ``least`` on.
    """
    return np.asarray(S) * np.minimum(_common(R), least + 1) / (least + 1)


def proportion_of_all_products(S, R, least):
    """You took the share of all products. What counts is the share of ``least``."""
    return np.asarray(S) * np.minimum(_common(R) / np.shape(R)[1], 1)


def products_counted_for_users(S, R, least):
    """You counted common users of two products. Users are the rows of ``R``: count the common
    products of two users.
    """
    rated = (np.asarray(R) != 0).astype(float)
    return np.asarray(S) * np.minimum(rated.T @ rated, least) / least


# ---- bias_baseline --------------------------------------------------------------------------


def _biases(R, lam, items_first=True, scale=None):
    R = np.asarray(R, dtype=float)
    rated = R != 0
    mean = R.sum() / rated.sum()
    divide = scale or (lambda n: np.where(n > 0, n + lam, 1))
    left = np.where(rated, R - mean, 0)
    first, second = (0, 1) if items_first else (1, 0)
    one = left.sum(axis=first) / divide(rated.sum(axis=first))
    one = one[None] if items_first else one[:, None]
    left = np.where(rated, left - one, 0)
    other = left.sum(axis=second) / divide(rated.sum(axis=second))
    return mean + one + (other[:, None] if items_first else other[None])


def plain_means_added(R, lam):
    """Nothing was shrunk: ``lam`` makes no difference. A product with one rating then gets the
    whole difference as its bias.
    """
    return _biases(R, 0.0)


def users_first(R, lam):
    """You took the users' biases first. The contract begins with the products, and then takes what
    remains of each user's ratings.
    """
    return _biases(R, lam, items_first=False)


def both_from_the_mean(R, lam):
    """Both biases were taken from the mean of all ratings. A user who rates good products then gets
    their quality as her own bias: first subtract the biases of the products.
    """
    R = np.asarray(R, dtype=float)
    rated = R != 0
    mean = R.sum() / rated.sum()
    left = np.where(rated, R - mean, 0)
    users, items = (
        left.sum(axis=a) / np.where(rated.any(axis=a), rated.sum(axis=a) + lam, 1) for a in (1, 0)
    )
    return mean + users[:, None] + items


def zeros_counted_as_ratings(R, lam):
    """A 0 was counted as a rating. It means not rated, and takes no part in a mean or in a sum."""
    R = np.asarray(R, dtype=float)
    mean = R.mean()
    items = (R - mean).sum(axis=0) / (len(R) + lam)
    users = (R - mean - items).sum(axis=1) / (R.shape[1] + lam)
    return mean + users[:, None] + items


def shrunk_by_a_factor(R, lam):
    """Every bias was divided by the same 1 + lam. A bias that rests on few ratings should shrink
    more than one that rests on many: add ``lam`` to the number of ratings.
    """
    return _biases(R, lam, scale=lambda n: np.maximum(n, 1) * (1 + lam))


def predictions_cut_to_the_scale(R, lam):
    """The predictions were clipped to 1 and 5. The contract does not clip."""
    return np.clip(_biases(R, lam), 1, 5)


def empty_gives_nan(R, lam):
    """A product or a user without ratings got NaN. Its bias must be 0: nothing is known against the
    mean.
    """
    with np.errstate(all="ignore"):
        return _biases(R, lam, scale=lambda n: np.where(n > 0, n + lam, np.nan))


def _two_steps(R, lam, mean=None, items=None, users=None):
    """The contract, with another mean, or other biases from (what is left, what is rated)."""
    R = np.asarray(R, dtype=float)
    rated = R != 0

    def shrunk(left, rated, axis):
        n = rated.sum(axis=axis)
        return np.where(rated, left, 0).sum(axis=axis) / np.where(n > 0, n + lam, 1)

    mu = R.sum() / rated.sum() if mean is None else mean(R, rated)
    b = (items or shrunk)(R - mu, rated, 0)
    return mu + b + (users or shrunk)(R - mu - b, rated, 1)[:, None]


def _plain(left, rated, axis):
    return np.where(rated, left, 0).sum(axis=axis) / np.maximum(rated.sum(axis=axis), 1)


def zeros_in_the_mean(R, lam):
    """The mean was taken over all cells. A 0 means not rated, and takes no part in a mean."""
    with np.errstate(all="ignore"):
        return _two_steps(R, lam, mean=lambda R, rated: R.mean())


def zeros_in_the_differences(R, lam):
    """Products that are not rated were taken for very bad ratings: their 0 less the mean went into
    the sums.
    """
    R = np.asarray(R, dtype=float)
    rated = R != 0
    left = R - R.sum() / rated.sum()
    n, m = rated.sum(axis=0), rated.sum(axis=1)
    items = left.sum(axis=0) / np.where(n > 0, n + lam, 1)
    users = (left - items).sum(axis=1) / np.where(m > 0, m + lam, 1)
    return R.sum() / rated.sum() + items + users[:, None]


def zeros_in_the_differences__of_all_cells(R, lam):
    R = np.asarray(R, dtype=float)
    rated = R != 0
    left = R - R.sum() / rated.sum()
    items = left.sum(axis=0) / (len(R) + lam)
    users = (left - items).sum(axis=1) / (R.shape[1] + lam)
    return R.sum() / rated.sum() + items + users[:, None]


def divided_twice(R, lam):
    """The mean difference was divided once more by the number plus ``lam``. A bias is the *sum* of
    the differences divided by that.
    """

    def twice(left, rated, axis):
        n = rated.sum(axis=axis)
        return _plain(left, rated, axis) / np.where(n > 0, n + lam, 1)

    return _two_steps(R, lam, items=twice, users=twice)


def only_products_shrunk(R, lam):
    """The users' biases were not shrunk. ``lam`` must count for both."""
    return _two_steps(R, lam, users=_plain)


def only_users_shrunk(R, lam):
    """The products' biases were not shrunk. ``lam`` must count for both."""
    return _two_steps(R, lam, items=_plain)


def plain_means_subtracted(R, lam):
    """The users' biases were taken after the products' plain means. Subtract the biases as they are
    used in the prediction, shrunk.
    """
    R = np.asarray(R, dtype=float)
    rated = R != 0
    mu = R.sum() / rated.sum()
    items = _plain(R - mu, rated, 0)
    n, m = rated.sum(axis=0), rated.sum(axis=1)
    shrunk = items * n / np.where(n > 0, n + lam, 1)
    users = np.where(rated, R - mu - items, 0).sum(axis=1) / np.where(m > 0, m + lam, 1)
    return mu + shrunk + users[:, None]


def empty_gives_nan__with_lam_of_0(R, lam):
    with np.errstate(all="ignore"):
        return _biases(R, lam, scale=lambda n: n + lam)


def known_ratings_kept(R, lam):
    """Ratings that were given stand in your table. A prediction is asked for in every cell."""
    return np.where(np.asarray(R) != 0, R, _biases(R, lam))


def unrated_cells_left_out(R, lam):
    """Products that a user has not rated got no prediction. A prediction is asked for in every
    cell: those are the ones that a shop needs.
    """
    return np.where(np.asarray(R) != 0, _biases(R, lam), 0)


def mean_of_means(R, lam):
    """The mean of all ratings was taken as the mean of means. A user, or a product, with few
    ratings then counts as much as one with many.
    """
    return _two_steps(R, lam, mean=lambda R, rated: _plain(R, rated, 1)[rated.any(axis=1)].mean())


def mean_of_means__of_products(R, lam):
    return _two_steps(R, lam, mean=lambda R, rated: _plain(R, rated, 0)[rated.any(axis=0)].mean())


# ---- bpr_step -------------------------------------------------------------------------------


def _pairs(U, V, triples, rate, lam, one):
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        one(U, V, u, i, j, rate, lam)
    return U, V


def _slope(p, v, w):
    return 0.5 * (1 - np.tanh(0.5 * (p @ v - p @ w)))


def user_moved_first(U, V, triples, rate, lam):
    """The products were moved with the user's new factors. One step takes all three gradients at
    the same place: keep the old factors until all three are computed.
    """

    def one(U, V, u, i, j, rate, lam):
        g = _slope(U[u], V[i], V[j])
        v, w = V[i].copy(), V[j].copy()
        U[u] += rate * (g * (v - w) - lam * U[u])
        V[i] += rate * (g * U[u] - lam * v)
        V[j] += rate * (-g * U[u] - lam * w)

    return _pairs(U, V, triples, rate, lam, one)


def climbed(U, V, triples, rate, lam):
    """The loss grew: the step goes along the gradient. Descent goes against it."""
    return reference.bpr_step(U, V, triples, -rate, lam)


def slope_of_the_wrong_side(U, V, triples, rate, lam):
    """Your step is long where the pair is already in the right order, and short where it is wrong.
    The slope of the loss is the probability of the wrong order, 1 minus that of the right one.
    """

    def one(U, V, u, i, j, rate, lam):
        p, v, w = U[u].copy(), V[i].copy(), V[j].copy()
        g = 1 - _slope(p, v, w)
        U[u] += rate * (g * (v - w) - lam * p)
        V[i] += rate * (g * p - lam * v)
        V[j] += rate * (-g * p - lam * w)

    return _pairs(U, V, triples, rate, lam, one)


def sampled_product_left(U, V, triples, rate, lam):
    """The sampled product did not move. The loss depends on its factors too, so it must move down
    as the bought one moves up.
    """

    def one(U, V, u, i, j, rate, lam):
        p, v, w = U[u].copy(), V[i].copy(), V[j].copy()
        g = _slope(p, v, w)
        U[u] += rate * (g * (v - w) - lam * p)
        V[i] += rate * (g * p - lam * v)

    return _pairs(U, V, triples, rate, lam, one)


def ridge_doubled(U, V, triples, rate, lam):
    """The ridge is off by a factor of 2: the half in the loss cancels the 2 of its derivative."""
    return reference.bpr_step(U, V, triples, rate, 2 * lam)


def ridge_forgotten(U, V, triples, rate, lam):
    """In your answer ``lam`` makes no difference: the ridge has a gradient too."""
    return reference.bpr_step(U, V, triples, rate, 0.0)


def all_from_the_start(U, V, triples, rate, lam):
    """All steps were computed from the factors at the start and added up. The triples come one
    after another: each step starts from what the one before has left.
    """
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    moved = [reference.bpr_step(U, V, [triple], rate, lam) for triple in triples]
    return U + sum(u - U for u, _ in moved), V + sum(v - V for _, v in moved)


def exponentials_overflow(U, V, triples, rate, lam):
    """A difference in the thousands is too large for ``exp``: NumPy returns infinity, and infinity
    over infinity is NaN; ``math.exp`` raises OverflowError.
    """

    def one(U, V, u, i, j, rate, lam):
        p, v, w = U[u].copy(), V[i].copy(), V[j].copy()
        with np.errstate(all="ignore"):
            g = np.exp(-(p @ v - p @ w)) / (1 + np.exp(-(p @ v - p @ w)))
        U[u] += rate * (g * (v - w) - lam * p)
        V[i] += rate * (g * p - lam * v)
        V[j] += rate * (-g * p - lam * w)

    return _pairs(U, V, triples, rate, lam, one)


def factors_overwritten(U, V, triples, rate, lam):
    """You wrote into ``U`` and ``V``: the caller's factors are changed. Work on copies."""
    for u, i, j in triples:
        p, v, w = U[u].copy(), V[i].copy(), V[j].copy()
        g = _slope(p, v, w)
        U[u] += rate * (g * (v - w) - lam * p)
        V[i] += rate * (g * p - lam * v)
        V[j] += rate * (-g * p - lam * w)
    return U, V


def user_moved_first__views(U, V, triples, rate, lam):
    def one(U, V, u, i, j, rate, lam):
        p, v, w = U[u], V[i], V[j]
        g = _slope(p, v, w)
        U[u] += rate * (g * (v - w) - lam * p)
        V[i] += rate * (g * p - lam * v)
        V[j] += rate * (-g * p - lam * w)

    return _pairs(U, V, triples, rate, lam, one)


def ridge_added(U, V, triples, rate, lam):
    """Your ridge lets the factors grow: its gradient has the sign of the factors, and a step goes
    against it.
    """
    return reference.bpr_step(U, V, triples, rate, -lam)


def slope_of_the_sigmoid(U, V, triples, rate, lam):
    """Your slope is that of the sigmoid. The loss is its negative logarithm: take its slope."""

    def one(U, V, u, i, j, rate, lam):
        p, v, w = U[u].copy(), V[i].copy(), V[j].copy()
        g = _slope(p, v, w)
        g = g * (1 - g)
        U[u] += rate * (g * (v - w) - lam * p)
        V[i] += rate * (g * p - lam * v)
        V[j] += rate * (-g * p - lam * w)

    return _pairs(U, V, triples, rate, lam, one)


def exponentials_overflow__error(U, V, triples, rate, lam):
    def one(U, V, u, i, j, rate, lam):
        p, v, w = U[u].copy(), V[i].copy(), V[j].copy()
        g = 1 / (1 + math.exp(p @ v - p @ w))
        U[u] += rate * (g * (v - w) - lam * p)
        V[i] += rate * (g * p - lam * v)
        V[j] += rate * (-g * p - lam * w)

    return _pairs(U, V, triples, rate, lam, one)


def exponentials_overflow__error_below(U, V, triples, rate, lam):
    def one(U, V, u, i, j, rate, lam):
        p, v, w = U[u].copy(), V[i].copy(), V[j].copy()
        g = 1 - 1 / (1 + math.exp(p @ w - p @ v))
        U[u] += rate * (g * (v - w) - lam * p)
        V[i] += rate * (g * p - lam * v)
        V[j] += rate * (-g * p - lam * w)

    return _pairs(U, V, triples, rate, lam, one)


def ridge_on_the_user_alone(U, V, triples, rate, lam):
    """Your ridge pulls only the user. It must pull both products too."""

    def one(U, V, u, i, j, rate, lam):
        p, v, w = U[u].copy(), V[i].copy(), V[j].copy()
        g = _slope(p, v, w)
        U[u] += rate * (g * (v - w) - lam * p)
        V[i] += rate * g * p
        V[j] -= rate * g * p

    return _pairs(U, V, triples, rate, lam, one)


def step_of_length_one(U, V, triples, rate, lam):
    """``rate`` makes no difference to the length of your step."""
    return reference.bpr_step(U, V, triples, 1.0, lam)


# ---- recommend_sparse -----------------------------------------------------------------------


def _recommend_sparse(R, u, n, k, similarity=None, means=None, listed_too=False, predict=None):
    R = sparse.csr_matrix(R, dtype=float)
    counts = np.diff(R.indptr)
    if counts[u] == 0:
        return reference.recommend_sparse(R, u, n, k)
    similarity = reference._similarity_to(R, u) if similarity is None else similarity
    means = np.asarray(R.sum(axis=1)).ravel() / np.maximum(counts, 1) if means is None else means
    scores = (predict or reference._predict_all)(R, similarity, means, u, k)
    if not listed_too:
        scores[R[u].indices] = np.nan
    return reference._best(scores, n)


def dense_matrix_built(R, u, n, k):
    """A dense matrix was built: of all ratings, or of the similarities of all users. That is right
    on a small example and does not fit on a large one. ``R @ R[u].T`` gives the one row that you
    need; ``data``, ``indices`` and ``indptr`` give the ratings that there are.
    """
    dense = np.asarray(R.toarray(), dtype=float)
    return _recommend_sparse(R, u, n, k) if dense.any() else []


def norms_left_out(R, u, n, k):
    """Your similarity is a sparse dot product that was never divided by the norms."""
    return _recommend_sparse(R, u, n, k, similarity=(R @ R[u].T).toarray().ravel())


def seen_products_listed(R, u, n, k):
    """Products that the user has rated are in your list: mask ``R[u].indices``."""
    return _recommend_sparse(R, u, n, k, listed_too=True)


def neighbours_fixed_for_all_products(R, u, n, k):
    """The ``k`` nearest users were chosen once for all products. Few of them have rated a given
    product. For each product take the ``k`` nearest of its raters.
    """
    similarity = reference._similarity_to(sparse.csr_matrix(R, dtype=float), u)
    similarity[u] = 0
    similarity[np.argsort(-similarity, kind="stable")[k:]] = 0
    return _recommend_sparse(R, u, n, k, similarity=similarity)


def votes_added_up(R, u, n, k):
    """You add up the neighbours' weighted deviations. Divide by the sum of their weights, or a
    product with many raters is carried by their number.
    """
    return _recommend_sparse(R, u, n, k, predict=_votes)


def _votes(R, similarity, means, u, k):
    columns, votes = R.tocsc(), np.full(R.shape[1], np.nan)
    for item, (start, end) in enumerate(itertools.pairwise(columns.indptr)):
        raters, ratings = columns.indices[start:end], columns.data[start:end]
        near = np.lexsort((raters, -similarity[raters]))[:k]
        near = near[similarity[raters[near]] > 0]
        if len(near):
            votes[item] = similarity[raters[near]] @ (ratings[near] - means[raters[near]])
    return votes


def means_with_zeros(R, u, n, k):
    """``R.mean(axis=1)`` divides by the number of all products; divide by the number rated."""
    return _recommend_sparse(R, u, n, k, means=np.asarray(R.mean(axis=1)).ravel())


def newcomer_gets_nothing(R, u, n, k):
    """A user without ratings got an empty list: fall back to the most rated products."""
    return _recommend_sparse(R, u, n, k) if R.indptr[u] < R.indptr[u + 1] else []


# ---- recommend_new_items --------------------------------------------------------------------


def _best_new(scores, purchases, households, n):
    bought = purchases[households].toarray() > 0
    return np.argsort(np.where(bought, np.inf, -scores), axis=1, kind="stable")[:, :n]


def most_popular(purchases, households, n):
    """These are the most popular products that a household has not bought: the baseline. They do
    not depend on which households are similar.
    """
    buyers = np.diff((purchases > 0).tocsc().indptr)
    return _best_new(np.tile(buyers, (len(households), 1)), purchases, households, n)


def favourites_again(purchases, households, n):
    """These are the products that a household buys most. Here only products count that it has never
    bought.
    """
    counts = purchases[households].toarray()
    return np.argsort(-counts, axis=1, kind="stable")[:, :n]


def same_list_twice(purchases, households, n):
    """Rows repeat a product: ten different products are asked for."""
    first = most_popular(purchases, households, 1)
    return np.repeat(first, n, axis=1)


def nearest_by_dot_product(purchases, households, n):
    """Neighbours were chosen by the dot product of counts. The few households that buy most are
    then the neighbours of everybody. Divide by the norms, and take ``log1p`` of the counts.
    """
    counts = sparse.csr_matrix(purchases, dtype=float)
    votes = reference._keep_nearest(counts, households, 100) @ counts
    return _best_new(votes, purchases, households, n)


def single_neighbour(purchases, households, n):
    """One neighbour was asked. What one household bought is a small sample: average over many."""
    log_counts = sparse.csr_matrix(purchases, dtype=float).log1p()
    votes = reference._keep_nearest(reference._unit_rows(log_counts), households, 1) @ log_counts
    return _best_new(votes, purchases, households, n)


def least_popular(purchases, households, n):
    """The order is upside down: the products that fewest households bought come first."""
    buyers = np.diff((purchases > 0).tocsc().indptr)
    return _best_new(np.tile(-buyers, (len(households), 1)), purchases, households, n)
