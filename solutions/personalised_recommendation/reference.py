"""Item-based, content-based, factorised, neural and hybrid recommendation.

Sources: Sarwar et al., "Item-based collaborative filtering recommendation algorithms" (WWW 2001);
Hu, Koren and Volinsky, "Collaborative filtering for implicit feedback datasets" (ICDM 2008), for
alternating least squares; Yi et al., "Sampling-bias-corrected neural modeling for large corpus item
recommendations" (RecSys 2019), for the two-tower loss; Steck, "Embarrassingly shallow autoencoders
for sparse data" (WWW 2019), for EASE.
"""

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import svds


def break_basket_recommender(defect: str) -> tuple[list[list[int]], int, int]:
    """Return baskets on which a recommender with one known defect is wrong.

    The correct ``recommend(R, u, n)`` weighs every other user by the cosine of her row with that of
    user ``u``, adds up their rows with these weights, and returns the numbers of the best ``n``
    items that ``u`` does not have and whose sum is above 0; of equals the lower number first.

    Parameters
    ----------
    defect : str
        One of

        - ``"flags_used_as_indices"``: each count in the user's row is taken for the number of a
          user, and the mean of these users' similarities is what the others are weighed by;
        - ``"similarity_invented"``: every two users have a similarity of 0.5;
        - ``"seen_items_kept"``: items that the user has are recommended;
        - ``"norms_forgotten"``: the similarity is a dot product;
        - ``"counts_made_flags"``: whoever bought an item nine times counts like one who tried it;
        - ``"places_for_items"``: the numbers returned count places among the unseen items.

    Returns
    -------
    R : list of list of int, shape (n_users, n_items)
        How often each user bought each item, 0 to 9. At most 6 users and 6 items.
    u : int
        The user to recommend for, a row of ``R``.
    n : int
        How many items, at least 1.

    Examples
    --------
    >>> R, u, n = break_basket_recommender("seen_items_kept")
    >>> sum(R[u]) > 0
    True
    """
    if defect == "norms_forgotten":
        return [[1, 1, 0, 0], [2, 2, 3, 0], [9, 0, 0, 3]], 0, 1
    if defect == "counts_made_flags":
        return [[9, 1, 0, 0], [9, 1, 1, 0], [1, 9, 0, 1], [1, 9, 0, 1]], 0, 1
    if defect == "similarity_invented":
        return [[1, 1, 0, 0, 0], [1, 1, 1, 0, 0], [0, 0, 0, 1, 1], [0, 0, 0, 1, 1]], 0, 3
    return [[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 1]], 0 if defect == "places_for_items" else 1, 2


def item_similarity(R: np.ndarray, lam: float = 0.0) -> np.ndarray:
    r"""Cosine similarity of items, shrunk where few users have both.

    .. math:: s_{ij} = \cos(r_{\cdot i}, r_{\cdot j}) \cdot \frac{n_{ij}}{n_{ij} + \lambda}

    where :math:`n_{ij}` is the number of users who have both items.

    Parameters
    ----------
    R : ndarray, shape (n_users, n_items)
        Strength of preference, 0 where there is none. It is left as it is.
    lam : float
        How many common users it takes to believe half of a similarity, 0 or more.

    Returns
    -------
    S : ndarray, shape (n_items, n_items)
        Symmetric, with 0 on the diagonal: an item does not recommend itself. 0 where nobody has
        both; never NaN.

    Examples
    --------
    Two users have items 0 and 1, and buy them alike; nobody has item 2. With lam = 2 half is left.

    >>> R = np.array([[1, 1, 0], [1, 1, 0]])
    >>> item_similarity(R).round(2).tolist()
    [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]
    >>> float(item_similarity(R, lam=2)[0, 1].round(2))
    0.5
    """
    R = np.asarray(R, dtype=float)
    norms = np.linalg.norm(R, axis=0)
    unit = R / np.where(norms > 0, norms, 1)
    common = (R != 0).T.astype(float) @ (R != 0)
    S = unit.T @ unit * common / np.where(common > 0, common + lam, 1)
    np.fill_diagonal(S, 0)
    return S


def itemcf_scores(R: np.ndarray, u: int, P: np.ndarray, k: int) -> np.ndarray:
    """How strongly user ``u``'s history speaks for each item.

    Parameters
    ----------
    R : ndarray, shape (n_users, n_items)
        Strength of preference, 0 where there is none.
    u : int
        The user, a row of ``R``.
    P : ndarray, shape (n_items, n_items)
        ``P[h, i]`` says how strongly having ``h`` speaks for ``i``, 0 or more. It need not be
        symmetric: a printer speaks for ink more than ink for a printer.
    k : int
        For each candidate only the ``k`` items of the history that speak for it most count, at
        least 1.

    Returns
    -------
    scores : ndarray, shape (n_items,)
        Of candidate ``i``: the sum of ``P[h, i] * R[u, h]`` over the ``k`` items ``h`` that ``u``
        has with the largest ``P[h, i]``. Minus infinity for items that ``u`` has. Zeros for a user
        without history.

    Examples
    --------
    The user has items 0 (three times) and 1 (once). For item 2 they speak with 0.5 and 0.9; with
    k = 1 only the second counts: 0.9 x 1.

    >>> P = np.array([[0.0, 0.2, 0.5], [0.2, 0.0, 0.9], [0.1, 0.1, 0.0]])
    >>> itemcf_scores(np.array([[3, 1, 0]]), 0, P, 1)
    array([-inf, -inf,  0.9])
    >>> itemcf_scores(np.array([[3, 1, 0]]), 0, P, 2)
    array([-inf, -inf,  2.4])
    """
    owned = np.flatnonzero(R[u])
    speaks = P[owned]
    strongest = np.argsort(-speaks, axis=0, kind="stable")[:k]
    weighted = speaks * R[u, owned][:, None]
    scores = np.take_along_axis(weighted, strongest, axis=0).sum(axis=0)
    scores[owned] = -np.inf
    return scores


def content_scores(F: np.ndarray, R: np.ndarray, u: int) -> np.ndarray:
    r"""Cosine of every item's content with the profile of user ``u``.

    A feature that few items have says more: it is weighed by
    :math:`\mathrm{idf}_f = \ln \frac{1 + m}{1 + m_f} + 1` for :math:`m_f` of :math:`m` items.

    Parameters
    ----------
    F : ndarray, shape (n_items, n_features)
        How often each item has each feature, 0 or more.
    R : ndarray, shape (n_users, n_items)
        Strength of preference.
    u : int
        The user, a row of ``R``.

    Returns
    -------
    scores : ndarray, shape (n_items,)
        Each item's features times idf, scaled to length 1; the profile is the sum of the items of
        ``u``, weighed by ``R[u]``; the score is their cosine, for items that she has too. 0 for
        items without features, and for everything when the user has no history.

    Examples
    --------
    Items 0 and 1 have the same features, item 2 another.

    >>> F = np.array([[1, 0], [1, 0], [0, 1]])
    >>> content_scores(F, np.array([[2, 0, 0], [0, 0, 0]]), 0).tolist()
    [1.0, 1.0, 0.0]
    >>> content_scores(F, np.array([[2, 0, 0], [0, 0, 0]]), 1).tolist()
    [0.0, 0.0, 0.0]
    """
    n_items = len(F)
    idf = np.log((1 + n_items) / (1 + (F > 0).sum(axis=0))) + 1
    items = F * idf
    items = items / np.maximum(np.linalg.norm(items, axis=1, keepdims=True), 1e-12)
    profile = R[u] @ items
    length = np.linalg.norm(profile)
    return items @ profile / length if length > 0 else np.zeros(n_items)


def hybrid_rank(parts: dict, w: dict, seen: list[int], n: int) -> list[int]:
    """Blend recommenders whose scores have different scales.

    Parameters
    ----------
    parts : dict of str to ndarray, shape (n_items,)
        The scores of each recommender, higher is better. NaN where it has nothing to say.
    w : dict of str to float
        The weight of each recommender.
    seen : list of int
        Items not to show.
    n : int
        How many items at most.

    Returns
    -------
    items : list of int
        By the weighted sum of z-scores, best first; of equals the lower number first.

    Notes
    -----
    A z-score is taken over the items for which a recommender has a score, ``seen`` ones included,
    with the population's standard deviation (``ddof=0``). NaN becomes 0, the mean: who says nothing
    neither helps nor harms. A recommender that says the same of every item has only zeros.

    Examples
    --------
    Recommender b speaks in hundreds, which must not drown a; for a, item 2 is best.

    >>> parts = {"a": np.array([0.1, 0.2, 0.9]), "b": np.array([300.0, 100.0, 200.0])}
    >>> hybrid_rank(parts, {"a": 1.0, "b": 0.2}, seen=[], n=2)
    [2, 0]
    """
    total = sum(w[name] * _z_scores(scores) for name, scores in parts.items())
    ranked = np.argsort(-total, kind="stable")
    return ranked[~np.isin(ranked, seen)][:n].tolist()


def _z_scores(scores: np.ndarray) -> np.ndarray:
    known = scores[~np.isnan(scores)]
    spread = known.std() if len(known) else 0.0
    # A constant may have a spread of a few units in the last place.
    if spread <= 1e-12 * np.abs(known).max(initial=1e-300):
        return np.zeros(len(scores))
    return np.nan_to_num((scores - known.mean()) / spread)


def kill_hybrid(fn) -> bool:
    """Test an implementation of `hybrid_rank`: True if it is right, False if it is wrong.

    Your test is tried on right implementations, each written differently, and on nine wrong ones,
    each with one planted mistake. It must accept every right one and reject at least seven of the
    nine. An exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(parts, w, seen, n)``, with the contract of `hybrid_rank`.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> kill_hybrid(hybrid_rank)
    True
    >>> kill_hybrid(lambda parts, w, seen, n: list(range(n)))
    False
    """
    a = np.array([0.9, 0.1, 0.5, 0.45, 0.3])
    cases = [
        ({"a": a, "b": np.array([100.0, 900.0, 300.0, 500.0, 200.0])}, {"a": 1.0, "b": 0.8}, [], 5),
        ({"a": a, "b": np.full(5, 7.0)}, {"a": 1.0, "b": 5.0}, [0], 3),
        ({"a": a, "b": np.array([np.nan, 8.0, 9.0, np.nan, 1.0])}, {"a": 1.0, "b": 1.0}, [], 5),
        ({"a": a, "b": np.array([5.0, 1.0, 9.0, 9.5, 2.0])}, {"a": 0.1, "b": 1.0}, [2, 3], 2),
        ({"a": np.array([1.0, 3.0, 3.0])}, {"a": 1.0}, [], 3),
        ({"a": a, "b": np.array([1.0, 2.0, 3.0, 4.0, 500.0])}, {"a": 1.0, "b": 0.6}, [], 5),
    ]
    return all(list(fn(*case)) == hybrid_rank(*case) for case in cases)


def als_user_step(R: np.ndarray, mask: np.ndarray, V: np.ndarray, lam: float) -> np.ndarray:
    r"""One half of alternating least squares: the best user factors for given item factors.

    For each user ``u`` the minimum over :math:`p_u` of

    .. math:: \sum_{i : m_{ui}} (r_{ui} - p_u \cdot v_i)^2 + \lambda \lVert p_u \rVert^2

    Parameters
    ----------
    R : ndarray, shape (n_users, n_items)
        Ratings. What stands where ``mask`` is False means nothing.
    mask : ndarray of bool, shape (n_users, n_items)
        Which ratings were given.
    V : ndarray, shape (n_items, n_factors)
        Item factors.
    lam : float
        Strength of the ridge, above 0. It is not multiplied by the number of ratings.

    Returns
    -------
    U : ndarray, shape (n_users, n_factors)
        Zeros for a user without ratings.

    Examples
    --------
    One factor of 1 for both items, ratings 4 and 2, lam = 1: (4 + 2) / (1 + 1 + 1) = 2.

    >>> R, mask, V = np.array([[4.0, 2.0]]), np.array([[True, True]]), np.array([[1.0], [1.0]])
    >>> als_user_step(R, mask, V, 1.0)
    array([[2.]])
    """
    U = np.zeros((len(R), V.shape[1]))
    for u, given in enumerate(mask):
        rated = V[given]
        U[u] = np.linalg.solve(rated.T @ rated + lam * np.eye(V.shape[1]), rated.T @ R[u, given])
    return U


def in_batch_softmax_logq(
    U: np.ndarray, V: np.ndarray, logq: np.ndarray, tau: float = 1.0
) -> float:
    r"""The loss of a two-tower model whose negatives are the other items of the batch.

    .. math:: L = -\frac1B \sum_i \log
              \frac{e^{s_{ii}}}{\sum_j e^{s_{ij}}}, \qquad
              s_{ij} = \frac{u_i \cdot v_j}{\tau} - \log q_j

    Popular items are in more batches, so they are pushed down more often than they deserve.
    Subtracting :math:`\log q_j`, the log of the probability that item ``j`` is in a batch, undoes
    that (Yi et al. 2019).

    Parameters
    ----------
    U, V : ndarray, shape (batch, n_factors)
        Vectors of the users and of the items that they bought, row by row.
    logq : ndarray, shape (batch,)
        Log of the sampling probability of each item.
    tau : float
        Temperature, above 0. It divides the dot product alone.

    Returns
    -------
    loss : float
        The mean over the batch. Finite also where scores are in the thousands.

    Examples
    --------
    Two pairs, all dot products 0, both items equally likely: each softmax is 1/2, so the loss is
    -log(1/2).

    >>> round(in_batch_softmax_logq(np.zeros((2, 3)), np.zeros((2, 3)), np.zeros(2)), 4)
    0.6931
    """
    scores = U @ V.T / tau - logq
    highest = scores.max(axis=1)
    # Taking out the highest score first keeps exp from overflowing, and cancels.
    log_sum = highest + np.log(np.exp(scores - highest[:, None]).sum(axis=1))
    return float((log_sum - np.diag(scores)).mean())


def accept_model(err_new: np.ndarray, err_base: np.ndarray) -> bool:
    """Whether a model with random training is better than a baseline, beyond luck.

    Parameters
    ----------
    err_new : ndarray, shape (n_seeds, n_units)
        The new model's error on each unit, a row for each training seed. Lower is better.
    err_base : ndarray, shape (n_units,)
        The baseline's error on the same units.

    Returns
    -------
    accepted : bool
        True when the 95 % interval of the mean of ``new - base`` over units lies below 0. A unit's
        error is its mean over *all* seeds: the best seed is a matter of luck. The interval is a
        paired bootstrap over units, 2,000 draws, percentiles 2.5 and 97.5.

    Examples
    --------
    Better on every unit by about 1, whatever the seed.

    >>> base = np.array([5.0, 6.0, 7.0, 6.0])
    >>> accept_model(np.array([base - 1.0, base - 0.9]), base)
    True
    >>> accept_model(np.array([base - 1.0, base + 1.0]), base)
    False
    """
    difference = np.asarray(err_new).mean(axis=0) - np.asarray(err_base)
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(difference), (2000, len(difference)))
    return bool(np.percentile(difference[draws].mean(axis=1), 97.5) < 0)


def recommend_discoveries(
    purchases: sparse.csr_matrix, households: list[int], n: int
) -> np.ndarray:
    """For each household, ``n`` products that it has never bought and will buy next.

    The task of chapter 3 once more, and this time the reference is a hybrid. The score is the mean
    NDCG@10; points rise from the most popular products to the reference.

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

    >>> purchases = sparse.csr_matrix([[3, 0, 0, 0], [2, 1, 0, 0], [2, 2, 0, 1], [0, 0, 4, 1]])
    >>> recommend_discoveries(purchases, [0], 1)
    array([[1]])
    """
    bought = purchases[households].toarray() > 0
    scores = np.where(bought, -np.inf, _hybrid_scores(purchases)[households])
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]


def _hybrid_scores(purchases: sparse.csr_matrix) -> np.ndarray:
    """Neighbours, EASE and an SVD, each in z-scores over what a household has not bought."""
    bought = purchases.toarray() > 0
    parts = (_neighbour_scores, _ease_scores, _svd_scores)
    return np.sum([_row_z_scores(part(purchases), bought) for part in parts], axis=0)


def _row_z_scores(scores: np.ndarray, bought: np.ndarray) -> np.ndarray:
    unseen = np.maximum((~bought).sum(axis=1, keepdims=True), 1)
    mean = np.where(bought, 0, scores).sum(axis=1, keepdims=True) / unseen
    squares = np.where(bought, 0, (scores - mean) ** 2).sum(axis=1, keepdims=True)
    return (scores - mean) / np.maximum(np.sqrt(squares / unseen), 1e-12)


def _neighbour_scores(purchases: sparse.csr_matrix, k: int = 50) -> np.ndarray:
    strength = sparse.csr_matrix(purchases, dtype=float).log1p()
    norms = np.sqrt(strength.multiply(strength).sum(axis=1)).A1
    unit = sparse.csr_matrix(sparse.diags(1 / np.maximum(norms, 1e-12)) @ strength)
    similarity = (unit @ unit.T).toarray()
    np.fill_diagonal(similarity, 0)
    k = min(k, len(similarity))
    least = -np.partition(-similarity, k - 1, axis=1)[:, [k - 1]]
    return (sparse.csr_matrix(np.where(similarity >= least, similarity, 0)) @ strength).toarray()


def _ease_scores(purchases: sparse.csr_matrix, lam: float = 1000.0) -> np.ndarray:
    """A ridge regression of each product on all others (Steck 2019), from the smaller side.

    With fewer users than items, (X'X + lam I)^-1 is had from the inverse of a users' matrix, by the
    identity of Woodbury; of the items' matrix only the diagonal is needed.
    """
    X = (purchases.toarray() > 0).astype(np.float32)
    users = X @ X.T
    dual = np.linalg.solve(users + np.float32(lam) * np.eye(len(X), dtype=np.float32), X)
    diagonal = (1 - np.einsum("ui,ui->i", X, dual)) / lam
    return X - (X - users @ dual) / lam / diagonal


def _svd_scores(purchases: sparse.csr_matrix, n_factors: int = 32) -> np.ndarray:
    strength = sparse.csr_matrix(purchases, dtype=float).log1p()
    n_factors = min(n_factors, min(strength.shape) - 1)
    left, size, right = svds(strength, k=n_factors, random_state=0)
    return (left * size) @ right
