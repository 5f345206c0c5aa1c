"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from solutions.collaborative_filtering import reference

TOY = [[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]]


# ---- break_recommender ----------------------------------------------------------------------


def nothing_to_recommend(defect):
    """Your inputs give the flawed and the correct recommender nothing to disagree about. An empty
    list comes out when the user has rated everything or nobody similar rated the rest. Start from
    a user with two ratings, two neighbours, and one product that only the neighbours have rated.
    """
    return [[5, 3, 1], [3, 2, 2], [4, 2, 3]], 0, 3, 2


def toy_matrix_for_every_defect(defect):
    """One input for every defect: but on this one product 2 has a single rater, so her weight
    cancels, and whoever else is or is not among the neighbours makes no difference. A defect in
    the choice of neighbours needs a product that two of them have rated.
    """
    return TOY, 0, 5, 2


def ratings_off_the_scale(defect):
    """A rating is a whole number from 1 to 5, and 0 means not rated. Off the scale any code can be
    made to fail; the point is to fail on data that a shop really has.
    """
    return [[50, 10, 0], [30, 10, 50], [50, 50, 10]], 0, 3, 2


def larger_than_needed(defect):
    """A counterexample that nobody can check by hand convinces nobody: at most 6 users and 6
    products. Three of each are enough for every defect.
    """
    return np.random.default_rng(0).integers(0, 6, (30, 20)).tolist(), 0, 5, 3


def user_counted_from_one(defect):
    """The user you name is not a row of your matrix: rows are counted from 0."""
    return TOY, 4, 5, 2


def only_the_matrix_returned(defect):
    """Return all four arguments of the recommender: the ratings, the user, ``n`` and ``k``."""
    return TOY


# ---- cosine_similarity_matrix ---------------------------------------------------------------


def dot_product(R):
    """You computed the dot product. It grows with how much somebody rates, so heavy raters are near
    to everybody: divide by the length of both users' ratings.
    """
    R = np.asarray(R, dtype=float)
    return R @ R.T


def products_normalised(R):
    """You divided each column by its length: that makes products equally long, not users."""
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
    """You set everybody's similarity to herself to 0. Leaving the user out of her own neighbourhood
    is the next function's business; here the diagonal is 1 for whoever has rated something.
    """
    S = reference.cosine_similarity_matrix(R)
    np.fill_diagonal(S, 0)
    return S


# ---- top_k_neighbours -----------------------------------------------------------------------


def first_skipped_as_if_it_were_self(S, u, k):
    """``[1:k+1]`` skips whoever comes first. That is the user herself only if her own similarity is
    the largest: when the diagonal is 0, or somebody has the very same taste, the best neighbour is
    lost. Leave the user out by her number.
    """
    order = np.argsort(-S[u], kind="stable")[1 : k + 1]
    return order[S[u, order] > 0]


def self_among_neighbours(S, u, k):
    """The user is her own neighbour: nobody is more similar to her."""
    order = np.argsort(-S[u], kind="stable")
    return order[S[u, order] > 0][:k]


def strangers_kept(S, u, k):
    """Users with a similarity of 0 or less were kept to fill up the ``k`` places. They have nothing
    in common with the user; fewer neighbours are better than strangers.
    """
    order = np.argsort(-S[u], kind="stable")
    return order[order != u][:k]


def ties_reversed(S, u, k):
    """Turning an ascending order round also turns the ties round: sort by the negative similarity
    with ``kind="stable"``, and the lower number comes first.
    """
    order = np.argsort(S[u], kind="stable")[::-1]
    return order[(order != u) & (S[u, order] > 0)][:k]


def diagonal_overwritten(S, u, k):
    """You wrote into ``S``: the caller's matrix is changed, and the next call sees the change. Work
    on a copy of the row, or leave the user out by her number.
    """
    S[u, u] = -np.inf
    order = np.argsort(-S[u], kind="stable")
    return order[S[u, order] > 0][:k]


def similarities_instead_of_users(S, u, k):
    """You returned how similar the neighbours are; the question is who they are."""
    return S[u, reference.top_k_neighbours(S, u, k)]


def farthest_first(S, u, k):
    """An ascending sort puts the least similar users first."""
    order = np.argsort(S[u], kind="stable")
    return order[(order != u) & (S[u, order] > 0)][:k]


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
    """You returned one number, the mean of the neighbours' ratings over all products. It cannot say
    which product to show: average each column by itself, then rank the products.
    """
    R = np.asarray(R, dtype=float)
    neighbours = reference.top_k_neighbours(reference.cosine_similarity_matrix(R), u, k)
    return float(R[neighbours].mean()) if len(neighbours) else 0.0


def seen_items_kept(R, u, n, k):
    """Products that the user has already rated are recommended to her again: leave them out."""
    return _recommend("seen_items_kept", R, u, n, k)


def cold_user_gets_nothing(R, u, n, k):
    """A user without ratings has no neighbours, and gets an empty list. The contract asks for the
    most rated products instead: somebody who has just come still sees a page.
    """
    return _recommend("cold_user_gets_nothing", R, u, n, k)


def best_neighbour_skipped(R, u, n, k):
    """The most similar neighbour takes no part: ``[1:k+1]`` was meant to skip the user, but she had
    been left out already.
    """
    return _recommend("best_neighbour_skipped", R, u, n, k)


def self_in_neighbourhood(R, u, n, k):
    """The user takes one of the ``k`` places in her own neighbourhood, with no rating to give."""
    return _recommend("self_in_neighbourhood", R, u, n, k)


def dot_product_similarity(R, u, n, k):
    """The similarity is a dot product, so whoever rates a lot is near to everybody: divide by the
    norms.
    """
    return _recommend("dot_product_similarity", R, u, n, k)


def missing_counts_as_zero(R, u, n, k):
    """A neighbour who has not rated a product was taken to have given it a 0. Missing is not bad:
    only those who rated it have a say.
    """
    return _recommend("missing_counts_as_zero", R, u, n, k)


def neighbours_unweighted(R, u, n, k):
    """All ``k`` neighbours count alike: weight each by how similar she is."""
    return _recommend("neighbours_unweighted", R, u, n, k)


def ratings_not_centred(R, u, n, k):
    """The raw ratings were averaged. A strict user's 3 is praise and a generous user's 3 is not:
    average the deviations from each user's mean, and add them to this user's mean.
    """
    return _recommend("ratings_not_centred", R, u, n, k)


def k_taken_before_raters(R, u, n, k):
    """The ``k`` nearest users were chosen first, and those without a rating for the product dropped
    after. Most products then have few neighbours or none: choose among those who rated it.
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
    """Products without a prediction are in the list, with a score of 0 or NaN. Nothing is known
    about them: leave them out, even if the list gets short.
    """
    known = reference.recommend(R, u, R.shape[1], k)
    listed = {item for item, _ in known}
    rest = [(i, 0.0) for i in range(R.shape[1]) if R[u, i] == 0 and i not in listed]
    return (known + rest)[:n]


def n_used_as_k(R, u, n, k):
    """``n`` was used for the number of neighbours too. How many products to show and how many
    neighbours to ask are two decisions.
    """
    return reference.recommend(R, u, n, n)


def neighbours_chosen_before_raters(R, S, u, i, k):
    """The ``k`` nearest users were chosen first, and those who had not rated the product dropped
    after. Choose among those who rated it, then take ``k``.
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
    """The means were taken over whole rows, so every product not rated pulled them down: a mean is
    taken over the ratings that were given.
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
    """The weighted deviations were added up but not divided by the sum of the weights: the
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
    prediction. A 0 would look like the worst rating of all: return NaN.
    """
    rating = reference.predict_rating(R, S, u, i, k)
    return 0.0 if np.isnan(rating) else rating


def own_rating_used(R, S, u, i, k):
    """User ``u`` is her own nearest neighbour, so her own rating of the product predicts itself:
    leave her out.
    """
    raters = np.flatnonzero(R[:, i])
    raters = raters[S[u, raters] > 0]
    nearest = raters[np.argsort(-S[u, raters], kind="stable")][:k]
    if len(nearest) == 0 or not R[u].any():
        return float("nan")
    deviations = [R[v, i] - _mean(R[v]) for v in nearest]
    weights = S[u, nearest]
    return float(_mean(R[u]) + weights @ deviations / weights.sum())


def clipped_to_the_scale(R, S, u, i, k):
    """The prediction was cut off at 1 and 5. Then all products above 5 are equal, and the ranking
    among the best is lost: clip when you show a number, not when you rank.
    """
    return float(np.clip(reference.predict_rating(R, S, u, i, k), 1, 5))


# ---- kill_cf --------------------------------------------------------------------------------


def accepts_everything(fn):
    """Your test accepts every implementation: a test that cannot fail tests nothing."""
    return True


def rejects_everything(fn):
    """Your test rejects the right implementations too. Does it compare floats with ``==``, or the
    order of equal scores?
    """
    return False


def looks_only_at_the_type(fn):
    """Your test checks the form of the result, not what it says: nine of the ten wrong ones also
    return a list of pairs. Compare it with a result that you know.
    """
    return isinstance(fn(np.array(TOY), 0, 5, 2), list)


def looks_only_for_seen_items(fn):
    """Your test checks that nothing seen is recommended. That catches one of the ten: what about
    the order, the scores, a user without ratings?
    """
    R = np.array(TOY)
    return all(R[0, item] == 0 for item, _ in fn(R, 0, 5, 2))


def tries_only_the_toy_matrix(fn):
    """Your test tries one small matrix, where product 2 has a single rater: her weight cancels, and
    it makes no difference who else is near. Add products that several neighbours have rated, and
    a user who has rated nothing.
    """
    return np.allclose(fn(np.array(TOY), 0, 5, 2), [(2, 8 / 3)])


def tries_only_cold_users(fn):
    """Your test tries only a user without ratings. The neighbours never come into it."""
    R = np.vstack([TOY, np.zeros(4, dtype=int)])
    return [item for item, _ in fn(R, 4, 2, 2)] == [0, 3]


# ---- recommend_sparse -----------------------------------------------------------------------


def _recommend_sparse(R, u, n, k, similarity=None, means=None, listed_too=False):
    R = sparse.csr_matrix(R, dtype=float)
    counts = np.diff(R.indptr)
    if counts[u] == 0:
        return reference.recommend_sparse(R, u, n, k)
    similarity = reference._similarity_to(R, u) if similarity is None else similarity
    means = R.sum(axis=1).A1 / np.maximum(counts, 1) if means is None else means
    scores = reference._predict_all(R, similarity, means, u, k)
    if not listed_too:
        scores[R[u].indices] = np.nan
    return reference._best(scores, n)


def dense_matrix_built(R, u, n, k):
    """A dense matrix was built: all ratings, or the similarities of all users to serve one. Right
    on a small example, out of memory on a real one. ``R @ R[u].T`` gives the one row you need, and
    ``data``, ``indices`` and ``indptr`` the ratings that there are.
    """
    dense = np.asarray(R.toarray(), dtype=float)
    return _recommend_sparse(R, u, n, k) if dense.any() else []


def norms_left_out(R, u, n, k):
    """The similarity is a sparse dot product that was never divided by the norms."""
    return _recommend_sparse(R, u, n, k, similarity=(R @ R[u].T).toarray().ravel())


def seen_products_listed(R, u, n, k):
    """Products that the user has rated are in the list: mask ``R[u].indices``."""
    return _recommend_sparse(R, u, n, k, listed_too=True)


def neighbours_fixed_for_all_products(R, u, n, k):
    """The ``k`` nearest users were fixed once for all products. Among sparse users hardly any of
    them rated a given product: for each product take the ``k`` nearest of its raters.
    """
    similarity = reference._similarity_to(sparse.csr_matrix(R, dtype=float), u)
    similarity[u] = 0
    similarity[np.argsort(-similarity, kind="stable")[k:]] = 0
    return _recommend_sparse(R, u, n, k, similarity=similarity)


def means_with_zeros(R, u, n, k):
    """``R.mean(axis=1)`` divides by the number of all products; divide by the number rated."""
    return _recommend_sparse(R, u, n, k, means=R.mean(axis=1).A1)


def newcomer_gets_nothing(R, u, n, k):
    """A user without ratings got an empty list: fall back to the most rated products."""
    return _recommend_sparse(R, u, n, k) if R.indptr[u] < R.indptr[u + 1] else []


# ---- recommend_new_items --------------------------------------------------------------------


def _best_new(scores, purchases, households, n):
    bought = purchases[households].toarray() > 0
    return np.argsort(np.where(bought, np.inf, -scores), axis=1, kind="stable")[:, :n]


def most_popular(purchases, households, n):
    """These are the most popular products that a household has not bought: the baseline. Nothing in
    them depends on who else is like the household.
    """
    buyers = (purchases > 0).sum(axis=0).A1
    return _best_new(np.tile(buyers, (len(households), 1)), purchases, households, n)


def favourites_again(purchases, households, n):
    """These are the products that a household buys most. Good for a list to buy again; here only
    products that it has never bought count.
    """
    counts = purchases[households].toarray()
    return np.argsort(-counts, axis=1, kind="stable")[:, :n]


def same_list_twice(purchases, households, n):
    """Rows repeat a product: ten different products are asked for."""
    first = most_popular(purchases, households, 1)
    return np.repeat(first, n, axis=1)


def nearest_by_dot_product(purchases, households, n):
    """Neighbours were chosen by the dot product of counts: the same few households that buy a lot
    are then near to everybody. Divide by the norms, and damp the counts.
    """
    counts = sparse.csr_matrix(purchases, dtype=float)
    votes = reference._keep_nearest(counts, households, 100) @ counts
    return _best_new(votes, purchases, households, n)


def single_neighbour(purchases, households, n):
    """One neighbour was asked. What she bought is a small sample of what her kind buys: average
    over many.
    """
    log_counts = sparse.csr_matrix(purchases, dtype=float).log1p()
    votes = reference._keep_nearest(reference._unit_rows(log_counts), households, 1) @ log_counts
    return _best_new(votes, purchases, households, n)


def least_popular(purchases, households, n):
    """The order is upside down: the products that fewest households bought come first."""
    buyers = (purchases > 0).sum(axis=0).A1
    return _best_new(np.tile(-buyers, (len(households), 1)), purchases, households, n)
