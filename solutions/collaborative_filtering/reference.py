"""User-based collaborative filtering, from the definition to sparse data.

Sources: Herlocker, Konstan, Borchers and Riedl, "An algorithmic framework for performing
collaborative filtering" (SIGIR 1999), for the mean-centred weighted prediction; Järvelin and
Kekäläinen (2002) for NDCG, by which the last exercise is scored.
"""

import numpy as np
from scipy import sparse


def break_recommender(defect: str) -> tuple[list[list[int]], int, int, int]:
    """Return an input on which a recommender with one known defect is wrong.

    Each defect below was planted, alone, in a correct ``recommend(R, u, n, k)``, which predicts a
    rating for every product that user ``u`` has not rated, from the ``k`` most similar users who
    rated it (cosine similarity, ratings centred on each user's mean, weighted by similarity), and
    returns at most ``n`` pairs ``(product, predicted rating)``, best first. Find ratings on which
    the flawed and the correct recommender return different lists.

    Parameters
    ----------
    defect : str
        One of

        - ``"ratings_not_centred"``: a strict user's 3 counts like a generous user's 3;
        - ``"seen_items_kept"``: products that the user has rated are recommended too;
        - ``"missing_counts_as_zero"``: a neighbour who has not rated a product gave it a 0;
        - ``"neighbours_unweighted"``: all ``k`` neighbours count alike;
        - ``"best_neighbour_skipped"``: the most similar of the neighbours is left out;
        - ``"dot_product_similarity"``: the similarity is not divided by the norms.

    Returns
    -------
    R : list of list of int, shape (n_users, n_items)
        Ratings from 1 to 5; 0 means not rated. At most 6 users and 6 products.
    u : int
        The user to recommend for, a row of ``R``.
    n : int
        How many products to recommend, at least 1.
    k : int
        How many neighbours to use, at least 1.

    Examples
    --------
    >>> R, u, n, k = break_recommender("seen_items_kept")
    >>> len(R) <= 6 and 0 <= u < len(R)
    True
    """
    if defect in ("ratings_not_centred", "seen_items_kept"):
        # User 1 is strict: her 2 is above her mean, so the prediction is above user 0's mean.
        return [[5, 4, 0], [1, 1, 2]], 0, 3, 1
    if defect in ("missing_counts_as_zero", "best_neighbour_skipped"):
        # User 1, the nearest, has not rated product 2; user 2 has.
        return [[5, 1, 0, 0], [5, 1, 0, 4], [4, 2, 5, 0]], 0, 2, 2
    # User 1 has user 0's taste and small ratings; user 2 has large ratings for other products.
    R = [[5, 5, 0, 0], [2, 2, 1, 2], [5, 0, 5, 4]]
    return R, 0, 2, 2 if defect == "neighbours_unweighted" else 1


def cosine_similarity_matrix(R: np.ndarray) -> np.ndarray:
    r"""Cosine similarity between every two users.

    .. math:: s_{uv} = \frac{\sum_i r_{ui} r_{vi}}{\lVert r_u \rVert \, \lVert r_v \rVert}

    Parameters
    ----------
    R : ndarray, shape (n_users, n_items)
        Ratings; 0 means not rated. Any numeric type, ``int8`` included: products of its values
        must not overflow. ``R`` is left as it is.

    Returns
    -------
    S : ndarray of float, shape (n_users, n_users)
        Symmetric. A user without ratings has similarity 0 to everybody, herself included; there
        is no NaN.

    Examples
    --------
    Lengths 5, 5 and 0; the dot product of the first two users is 3 x 4 + 4 x 3 = 24.

    >>> cosine_similarity_matrix(np.array([[3, 4], [4, 3], [0, 0]]))
    array([[1.  , 0.96, 0.  ],
           [0.96, 1.  , 0.  ],
           [0.  , 0.  , 0.  ]])
    """
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=1, keepdims=True)
    unit = R / np.where(norms > 0, norms, 1)
    return unit @ unit.T


def top_k_neighbours(S: np.ndarray, u: int, k: int) -> np.ndarray:
    """The users most similar to user ``u``, most similar first.

    Parameters
    ----------
    S : ndarray, shape (n_users, n_users)
        Similarities. The diagonal may hold anything: 1, 0 or what the caller put there. ``S`` is
        left as it is.
    u : int
        The user, a row of ``S``.
    k : int
        How many neighbours at most, 0 or more.

    Returns
    -------
    neighbours : ndarray of int, shape (at most k,)
        Users whose similarity to ``u`` is above 0, never ``u``. Of equally similar users the one
        with the lower number comes first. Fewer than ``k`` when there are no more.

    Examples
    --------
    User 0 is as similar to user 2 as to user 3, and not at all to user 4.

    >>> S = np.eye(5)
    >>> S[0] = S[:, 0] = [1.0, 0.2, 0.7, 0.7, 0.0]
    >>> top_k_neighbours(S, 0, 2)
    array([2, 3])
    >>> top_k_neighbours(S, 0, 10)
    array([2, 3, 1])
    """
    nearest_first = np.argsort(-S[u], kind="stable")
    eligible = (S[u, nearest_first] > 0) & (nearest_first != u)
    return nearest_first[eligible][:k]


def predict_rating(R: np.ndarray, S: np.ndarray, u: int, i: int, k: int) -> float:
    r"""The rating that user ``u`` would give to product ``i``.

    .. math:: \hat r_{ui} = \mu_u
              + \frac{\sum_{v \in N} s_{uv} (r_{vi} - \mu_v)}{\sum_{v \in N} \lvert s_{uv} \rvert}

    The neighbourhood :math:`N` holds the ``k`` users most similar to ``u`` *among those who rated
    product* ``i``; :math:`\mu_v` is the mean of the ratings that ``v`` gave.

    Parameters
    ----------
    R : ndarray, shape (n_users, n_items)
        Ratings; 0 means not rated, and takes no part in a mean.
    S : ndarray, shape (n_users, n_users)
        Similarities, as from `cosine_similarity_matrix`.
    u, i : int
        User and product. If ``u`` has rated ``i``, that rating takes no part as a neighbour's.
    k : int
        How many neighbours at most, at least 1. They have a similarity above 0; of equally similar
        users the one with the lower number comes first.

    Returns
    -------
    rating : float
        Not clipped to the scale. NaN when ``u`` has rated nothing, or nobody similar rated ``i``.

    Examples
    --------
    User 0's mean is 3. Only user 1 rated product 2: with 2, which is 1/3 below her mean of 7/3.

    >>> R = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    >>> S = np.ones((4, 4))
    >>> round(predict_rating(R, S, 0, 2, 2), 3)
    2.667
    """
    raters = np.flatnonzero(R[:, i])
    raters = raters[(raters != u) & (S[u, raters] > 0)]
    nearest = raters[np.argsort(-S[u, raters], kind="stable")][:k]
    if len(nearest) == 0 or not R[u].any():
        return float("nan")
    deviations = [R[v, i] - R[v][R[v] > 0].mean() for v in nearest]
    weights = S[u, nearest]
    return float(R[u][R[u] > 0].mean() + weights @ deviations / np.abs(weights).sum())


def recommend(R: np.ndarray, u: int, n: int, k: int) -> list[tuple[int, float]]:
    """The ``n`` products that user ``u`` has not rated and would rate highest.

    Parameters
    ----------
    R : ndarray, shape (n_users, n_items)
        Ratings; 0 means not rated. ``R`` is left as it is.
    u : int
        The user, a row of ``R``.
    n : int
        How many products at most.
    k : int
        How many neighbours a prediction may use. Predictions, equally similar users included, are
        as in `predict_rating` with cosine similarity.

    Returns
    -------
    recommendations : list of (int, float)
        Product and predicted rating, best first; equal ratings in any order. Products without a
        prediction are left out, so the list may be shorter than ``n``. For a user who has rated
        nothing: the products that most users have rated, each with that number of users; products
        that nobody rated are left out.

    Examples
    --------
    Product 2 is the only one that user 0 has not rated.

    >>> R = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    >>> [(item, round(score, 3)) for item, score in recommend(R, 0, 5, 2)]
    [(2, 2.667)]
    >>> recommend(np.array([[0, 0, 0], [4, 0, 5], [0, 0, 3]]), 0, 2, 2)
    [(2, 2.0), (0, 1.0)]
    """
    if R[u].any():
        S = cosine_similarity_matrix(R)
        scores = np.array([predict_rating(R, S, u, i, k) for i in range(R.shape[1])])
    else:
        raters = (R > 0).sum(axis=0)
        scores = np.where(raters > 0, raters, np.nan)
    ranked = np.argsort(-scores, kind="stable")
    eligible = [i for i in ranked if R[u, i] == 0 and not np.isnan(scores[i])]
    return [(int(i), float(scores[i])) for i in eligible[:n]]


def kill_cf(fn) -> bool:
    """Test an implementation of `recommend`: True if it is right, False if it is wrong.

    Your test is tried on right implementations, each written differently, and on ten wrong ones,
    each with one planted defect. It must accept every right one and reject at least eight of the
    ten. An exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(R, u, n, k)``, with the contract of `recommend`. ``R`` is an ndarray.

    Returns
    -------
    verdict : bool
        Scores that differ in the ninth digit are no mistake.

    Examples
    --------
    >>> kill_cf(recommend)
    True
    >>> kill_cf(lambda R, u, n, k: [])
    False
    """
    rng = np.random.default_rng(0)
    R = rng.integers(1, 6, (6, 8)) * (rng.random((6, 8)) < 0.6)
    R[5] = 0
    for u in (0, 5):
        for n, k in ((2, 4), (8, 2)):
            got, expected = fn(R, u, n, k), recommend(R, u, n, k)
            if [item for item, _ in got] != [item for item, _ in expected]:
                return False
            if not np.allclose([s for _, s in got], [s for _, s in expected]):
                return False
    return True


def recommend_sparse(R: sparse.csr_matrix, u: int, n: int, k: int) -> list[int]:
    """The products that `recommend` returns, from a sparse matrix.

    With 4,000 users, 3,000 products and one rating in a hundred, the peak memory stays under
    40 MB: neither a dense ``R`` (96 MB) nor all similarities (128 MB) fit. One user needs one
    row of similarities.

    Parameters
    ----------
    R : csr_matrix, shape (n_users, n_items)
        Ratings above 0; what is not stored is not rated. ``R`` is left as it is.
    u, n, k : int
        As in `recommend`.

    Returns
    -------
    products : list of int
        As in `recommend`, without the scores.

    Examples
    --------
    >>> R = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    >>> recommend_sparse(sparse.csr_matrix(R), 0, 5, 2)
    [2]
    """
    R = sparse.csr_matrix(R, dtype=float)
    n_rated = np.diff(R.indptr)
    if n_rated[u] == 0:
        raters = np.bincount(R.indices, minlength=R.shape[1])
        scores = np.where(raters > 0, raters, np.nan)
    else:
        means = R.sum(axis=1).A1 / np.maximum(n_rated, 1)
        scores = _predict_all(R, _similarity_to(R, u), means, u, k)
    scores[R[u].indices] = np.nan
    return _best(scores, n)


def _similarity_to(R: sparse.csr_matrix, u: int) -> np.ndarray:
    norms = np.sqrt(R.multiply(R).sum(axis=1)).A1
    dots = (R @ R[u].T).toarray().ravel()
    return np.divide(dots, norms * norms[u], out=np.zeros_like(dots), where=dots > 0)


def _predict_all(
    R: sparse.csr_matrix, similarity: np.ndarray, means: np.ndarray, u: int, k: int
) -> np.ndarray:
    """What `predict_rating` says of every product, NaN where it says nothing."""
    order = np.argsort(-similarity, kind="stable")
    nearest = order[(order != u) & (similarity[order] > 0)]
    # In columns of this matrix the raters stand nearest first: the first k are the neighbourhood.
    ratings = R[nearest].tocsc()
    items = np.repeat(np.arange(R.shape[1]), np.diff(ratings.indptr))
    among_first = np.arange(ratings.nnz) - ratings.indptr[items] < k
    items, raters = items[among_first], nearest[ratings.indices[among_first]]
    weights = similarity[raters]
    deviations = ratings.data[among_first] - means[raters]
    weighted = np.bincount(items, weights * deviations, R.shape[1])
    total = np.bincount(items, weights, R.shape[1])
    return means[u] + np.divide(weighted, total, out=np.full_like(total, np.nan), where=total > 0)


def _best(scores: np.ndarray, n: int) -> list[int]:
    ranked = np.argsort(-scores, kind="stable")
    return ranked[~np.isnan(scores[ranked])][:n].tolist()


def recommend_new_items(purchases: sparse.csr_matrix, households: list[int], n: int) -> np.ndarray:
    """For each household, ``n`` products that it has never bought and will buy next.

    What they buy in the nine weeks after ``purchases`` ends is known to marking alone. The score
    is the mean NDCG@10 over the households, with a gain of 1 for each new product bought. Points
    rise from the score of the most popular products to that of the reference.

    Parameters
    ----------
    purchases : csr_matrix of int, shape (n_households, n_products)
        In how many baskets a household had a product. It is left as it is. Rows and columns are
        shuffled anew for each run.
    households : list of int
        The rows to recommend for.
    n : int
        How many products, 10 in marking.

    Returns
    -------
    products : array_like of int, shape (len(households), n)
        Columns of ``purchases``, best first, all different within a row, none that the household
        has bought.

    Examples
    --------
    Household 0 has bought product 0, like household 1, who also has product 1.

    >>> purchases = sparse.csr_matrix([[3, 0, 0], [2, 1, 0], [0, 0, 4]])
    >>> recommend_new_items(purchases, [0], 1)
    array([[1]])
    """
    # The hundredth basket with milk says less about taste than the first.
    log_counts = sparse.csr_matrix(purchases, dtype=float).log1p()
    votes = _keep_nearest(_unit_rows(log_counts), households, 50) @ log_counts
    bought = purchases[households].toarray() > 0
    return np.argsort(np.where(bought, np.inf, -votes), axis=1, kind="stable")[:, :n]


def _unit_rows(X: sparse.csr_matrix) -> sparse.csr_matrix:
    norms = np.sqrt(X.multiply(X).sum(axis=1)).A1
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(norms, 1e-12)) @ X)


def _keep_nearest(X: sparse.csr_matrix, rows: list[int], k: int) -> np.ndarray:
    """Products of ``rows`` with all rows; all but the ``k`` largest of each are 0, and its own."""
    similarity = (X[rows] @ X.T).toarray()
    similarity[np.arange(len(rows)), rows] = 0
    k = min(k, similarity.shape[1])
    least = -np.partition(-similarity, k - 1, axis=1)[:, [k - 1]]
    return np.where(similarity >= least, similarity, 0)
