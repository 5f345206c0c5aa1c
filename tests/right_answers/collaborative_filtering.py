"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import math

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.spatial.distance import cdist
from scipy.special import expit
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize

OTHER = {
    "ratings_not_centred": ([[4, 5, 0], [2, 1, 1]], 0, 1, 1),
    "seen_items_kept": ([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]], 0, 5, 2),
    "missing_counts_as_zero": ([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]], 0, 5, 2),
    "neighbours_unweighted": ([[1, 2, 0, 5], [2, 3, 5, 4], [5, 1, 1, 1]], 0, 1, 5),
    "best_neighbour_skipped": ([[5, 1, 0], [5, 1, 5], [1, 5, 2]], 0, 1, 1),
    "dot_product_similarity": ([[1, 2, 0], [1, 2, 3], [5, 5, 5], [5, 5, 1]], 0, 1, 1),
}


def break_recommender__other_matrices(defect):
    R, u, n, k = OTHER[defect]
    return np.array(R), np.int64(u), n, k


def break_recommender__one_matrix_for_all(defect):
    return [[0, 3, 3, 0], [1, 3, 1, 0], [5, 4, 0, 0], [4, 0, 0, 0]], 0, 3, 2


def cosine_similarity_matrix__scikit_learn(R):
    return cosine_similarity(R.astype(float))


def cosine_similarity_matrix__by_loops(R):
    rows = [[float(x) for x in row] for row in R]
    length = [math.sqrt(sum(x * x for x in row)) for row in rows]

    def similarity(a, b):
        if not length[a] or not length[b]:
            return 0.0
        return sum(x * y for x, y in zip(rows[a], rows[b], strict=True)) / length[a] / length[b]

    return [[similarity(a, b) for b in range(len(rows))] for a in range(len(rows))]


def cosine_similarity_matrix__einsum(R):
    R = R.astype(np.float32).astype(np.float64)
    gram = np.einsum("ui,vi->uv", R, R)
    d = np.sqrt(np.diag(gram))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(gram / d[:, None] / d[None, :], nan=0.0)


def top_k_neighbours__sorted(S, u, k):
    others = [(-s, v) for v, s in enumerate(S[u].tolist()) if v != u and s > 0]
    return [v for _, v in sorted(others)[:k]]


def top_k_neighbours__pandas(S, u, k):
    row = pd.Series(S[u]).drop(u)
    return row[row > 0].sort_values(ascending=False, kind="stable").index[:k].to_numpy()


def top_k_neighbours__lexsort(S, u, k):
    row = S[u].copy()
    row[u] = -np.inf
    order = np.lexsort((np.arange(len(row)), -row))
    return np.array([v for v in order if row[v] > 0])[:k]


def predict_rating__by_loops(R, S, u, i, k):
    mine = [x for x in R[u] if x]
    raters = sorted(
        (v for v in range(len(R)) if v != u and R[v][i] and S[u][v] > 0),
        key=lambda v: (-S[u][v], v),
    )[:k]
    if not mine or not raters:
        return math.nan
    top = bottom = 0.0
    for v in raters:
        given = [x for x in R[v] if x]
        top += S[u][v] * (R[v][i] - sum(given) / len(given))
        bottom += abs(S[u][v])
    return sum(mine) / len(mine) + top / bottom


def predict_rating__nan_means(R, S, u, i, k):
    known = np.where(R > 0, R, np.nan).astype(float)
    if np.isnan(known[u]).all():
        return np.float64("nan")
    mu = np.array([np.nanmean(row) if (row == row).any() else np.nan for row in known])
    weights = np.where((R[:, i] > 0) & (S[u] > 0), S[u], 0.0)
    weights[u] = 0
    weights[np.argsort(-weights, kind="stable")[k:]] = 0
    if not weights.any():
        return np.nan
    return mu[u] + np.nansum(weights * (known[:, i] - mu)) / weights.sum()


def recommend__dictionary(R, u, n, k):
    R = R.tolist()
    unseen = [i for i in range(len(R[0])) if not R[u][i]]
    if not any(R[u]):
        scores = {i: sum(1 for row in R if row[i]) for i in unseen}
        scores = {i: s for i, s in scores.items() if s}
    else:
        S = cosine_similarity_matrix__by_loops(R)
        scores = {i: predict_rating__by_loops(R, S, u, i, k) for i in unseen}
        scores = {i: s for i, s in scores.items() if not math.isnan(s)}
    return sorted(scores.items(), key=lambda pair: pair[1], reverse=True)[:n]


def recommend__unstable_sort(R, u, n, k):
    """Ties come out the other way round, and pairs are lists."""
    R = R.astype(float)
    S = 1 - cdist(R, R, "cosine") if R.any(axis=1).all() else cosine_similarity(R)
    if R[u].sum() == 0:
        popularity = np.count_nonzero(R, axis=0)
        order = np.argsort(popularity)[::-1]
        return [[i, popularity[i]] for i in order if popularity[i]][:n]
    scores = [predict_rating__nan_means(R, S, u, i, k) for i in range(R.shape[1])]
    order = np.argsort(np.nan_to_num(scores, nan=-99))[::-1]
    return [[i, scores[i]] for i in order if R[u, i] == 0 and scores[i] == scores[i]][:n]


def significance_weighting__loops(S, R, least):
    n = len(R)
    out = np.zeros((n, n))
    for u in range(n):
        for v in range(n):
            both = sum(1 for a, b in zip(R[u], R[v], strict=True) if a and b)
            out[u, v] = S[u, v] * min(both / least, 1)
    return out


def significance_weighting__where(S, R, least):
    flags = (R > 0).astype(int)
    common = flags.dot(flags.T)
    return np.where(common >= least, S, S * (common / least)).tolist()


def bias_baseline__pandas(R, lam):
    table = pd.DataFrame(R, dtype=float)
    table = table.where(table > 0)
    mean = np.nanmean(table.to_numpy())
    item = ((table - mean).sum() / (table.notna().sum() + lam)).fillna(0)
    left = table - mean - item
    user = (left.sum(axis=1) / (table.notna().sum(axis=1) + lam)).fillna(0)
    return np.add.outer(user.to_numpy(), item.to_numpy()) + mean


def bias_baseline__loops(R, lam):
    given = [(u, i, float(R[u, i])) for u, i in np.argwhere(R > 0)]
    mean = sum(r for _, _, r in given) / len(given)
    item, user = [0.0] * R.shape[1], [0.0] * R.shape[0]
    for i in range(R.shape[1]):
        mine = [r - mean for _, j, r in given if j == i]
        item[i] = sum(mine) / (len(mine) + lam) if mine else 0.0
    for u in range(R.shape[0]):
        mine = [r - mean - item[i] for v, i, r in given if v == u]
        user[u] = sum(mine) / (len(mine) + lam) if mine else 0.0
    return [[mean + b + c for c in item] for b in user]


def bpr_step__expit(U, V, triples, rate, lam):
    U, V = U.astype(float).copy(), V.astype(float).copy()
    for u, i, j in triples:
        wrong_way = expit(-(U[u] @ (V[i] - V[j])))
        gradient = -wrong_way * (V[i] - V[j]) + lam * U[u]
        of_i, of_j = -wrong_way * U[u] + lam * V[i], wrong_way * U[u] + lam * V[j]
        U[u], V[i], V[j] = U[u] - rate * gradient, V[i] - rate * of_i, V[j] - rate * of_j
    return U, V


def bpr_step__stacked(U, V, triples, rate, lam):
    """Both products in one array, and lists come back."""
    U, V = np.array(U, float), np.array(V, float)
    for u, *pair in triples:
        v = V[pair]
        x = float(np.clip(U[u] @ (v[0] - v[1]), -700, 700))
        g = 1 / (1 + np.exp(x))
        sign = np.array([[1.0], [-1.0]])
        new_v = (1 - rate * lam) * v + rate * g * sign * U[u]
        U[u] = (1 - rate * lam) * U[u] + rate * g * (v[0] - v[1])
        V[pair] = new_v
    return U.tolist(), V.tolist()


def kill_cf__assertions(fn):
    toy = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    ((item, score),) = fn(toy, 0, 5, 2)
    assert item == 2
    assert abs(score - 8 / 3) < 1e-6
    assert [i for i, _ in fn(np.array([[0, 0, 0], [1, 0, 4], [2, 5, 0], [2, 4, 0]]), 0, 1, 1)] == [
        0
    ]
    rng = np.random.default_rng(8)
    for _ in range(5):
        R = rng.integers(1, 6, (8, 8)) * (rng.random((8, 8)) < 0.7)
        R[0, :4] = [5, 1, 4, 2]
        R[0, 4:] = 0
        S = cosine_similarity(R)
        assert len(fn(R, 0, 3, 2)) == min(3, len(fn(R, 0, 8, 2)))
        got = dict(fn(R, 0, 8, 2))
        for i in range(4, 8):
            expected = predict_rating__by_loops(R, S, 0, i, 2)
            if math.isnan(expected):
                assert i not in got
            else:
                assert abs(got.pop(i) - expected) < 1e-6
        assert not got
    return True


def kill_cf__worked_examples(fn):
    R = np.array(
        [
            [5, 1, 0, 0, 0],
            [5, 2, 4, 0, 1],
            [2, 1, 5, 3, 4],
            [1, 5, 0, 4, 2],
            [0, 0, 0, 0, 0],
            [0, 0, 0, 5, 0],
        ]
    )
    for case in ((R, 0, 5, 2), (R, 0, 5, 1), (R, 1, 2, 4), (R, 2, 1, 3), (R, 5, 9, 2)):
        expected = recommend__dictionary(*case)
        got = list(fn(*case))
        if len(got) != len(expected):
            return False
        if not np.allclose([s for _, s in got], [s for _, s in expected]):
            return False
        everything = dict(recommend__dictionary(case[0], case[1], 99, case[3]))
        if any(not np.isclose(everything.get(i, -9), s) for i, s in got):
            return False
    cold = np.array([[0, 0, 0], [1, 0, 3], [1, 5, 0], [2, 5, 0]])
    lost = np.array([[5, 1, 0, 0], [4, 1, 0, 2], [0, 0, 3, 0]])
    return bool(fn(cold, 0, 1, 1)[0][0] == 0 and [i for i, _ in fn(lost, 0, 4, 2)] == [3])


def recommend_sparse__dictionary(R, u, n, k):
    R = R.tocsr()

    def row(v):
        where = slice(R.indptr[v], R.indptr[v + 1])
        return dict(zip(R.indices[where].tolist(), R.data[where].tolist(), strict=True))

    mine = row(u)
    if not mine:
        counts = np.asarray((R > 0).sum(axis=0)).ravel()
        return [i for i in np.argsort(-counts, kind="stable").tolist() if counts[i]][:n]
    similarity = (normalize(R) @ normalize(R[u]).T).toarray()
    order = sorted(
        (v for v in similarity.nonzero()[0].tolist() if v != u),
        key=lambda v: (-similarity[v, 0], v),
    )
    neighbours = {}
    for v in order:
        for item, rating in row(v).items():
            neighbours.setdefault(item, []).append((similarity[v, 0], rating, v))
    means = {v: np.mean([*row(v).values()]) for v in order}
    scores = {}
    for item, near in neighbours.items():
        top = sum(s * (rating - means[v]) for s, rating, v in near[:k])
        scores[item] = top / sum(s for s, _, _ in near[:k])
    return sorted((i for i in scores if i not in mine), key=lambda i: (-scores[i], i))[:n]


def recommend_sparse__column_by_column(R, u, n, k):
    """Unseen columns only, in numpy types."""
    R = sparse.csr_matrix(R)
    if R[u].nnz == 0:
        counts = np.bincount(R.indices, minlength=R.shape[1])
        return np.argsort(counts)[::-1][: min(n, np.count_nonzero(counts))]
    lengths = np.sqrt(
        np.add.reduceat(np.append(R.data**2, 0), R.indptr[:-1]) * (np.diff(R.indptr) > 0)
    )
    s = np.asarray((R @ R[u].T).todense()).ravel() / np.maximum(lengths * lengths[u], 1e-9)
    s[u] = 0
    counts = np.maximum(np.diff(R.indptr), 1)
    mu = np.asarray(R.sum(axis=1)).ravel() / counts
    columns = R.tocsc()
    scores = np.full(R.shape[1], -np.inf)
    for i in set(range(R.shape[1])) - set(R[u].indices.tolist()):
        who = columns.indices[columns.indptr[i] : columns.indptr[i + 1]]
        ratings = columns.data[columns.indptr[i] : columns.indptr[i + 1]]
        keep = np.lexsort((who, -s[who]))[:k]
        weights = s[who[keep]]
        if weights.sum() > 0:
            scores[i] = (weights * (ratings[keep] - mu[who[keep]])).sum() / weights.sum()
    best = np.argsort(-scores, kind="stable")[:n]
    return best[np.isfinite(scores[best])]


def recommend_new_items__more_neighbours(purchases, households, n):
    """The same idea with scikit-learn's neighbours, 150 of them, and lists of plain numbers."""
    X = normalize(sparse.csr_matrix(purchases, dtype=float).log1p())
    model = NearestNeighbors(n_neighbors=151, metric="cosine").fit(X)
    distance, who = model.kneighbors(X[households])
    rows = []
    for household, d, neighbours in zip(households, distance, who, strict=True):
        weights = np.where(neighbours == household, 0, 1 - d)
        votes = np.asarray(weights @ purchases[neighbours].log1p()).ravel()
        votes[purchases[household].indices] = -1
        rows.append(np.argsort(-votes)[:n].tolist())
    return rows


def recommend_new_items__ridge(purchases, households, n):
    """EASE (Steck 2019): a ridge regression of each product on all others, in closed form."""
    X = sparse.csr_matrix(purchases > 0, dtype=float)
    users = (X @ X.T).toarray()
    # The same predictions from the smaller side: X (X'X + aI)^-1 = (XX' + aI)^-1 X.
    a = 1000.0
    inverse = np.linalg.inv(users + a * np.eye(X.shape[0]))
    dual = inverse @ X.toarray()
    P_diagonal = (1 - np.einsum("ui,ui->i", X.toarray(), dual)) / a
    XP = (X.toarray() - users @ dual) / a
    scores = X.toarray() - XP / P_diagonal
    scores = scores[households]
    scores[purchases[households].toarray() > 0] = -np.inf
    return np.argsort(-scores, axis=1)[:, :n]
