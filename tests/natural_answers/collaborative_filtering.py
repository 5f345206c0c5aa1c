"""Natural answers, right and wrong, written from the statements of notebook 03 alone."""

import heapq
import math
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.special import expit
from sklearn.metrics.pairwise import cosine_similarity
from scipy.spatial.distance import cdist
from sklearn.preprocessing import normalize

UNSURE = {}

# ---------------------------------------------------------------- helpers


def _cos(R):
    R = np.asarray(R, float)
    norm = np.linalg.norm(R, axis=1, keepdims=True)
    X = R / np.where(norm > 0, norm, 1)
    return X @ X.T


def _mean(row):
    row = np.asarray(row, float)
    return row[row > 0].mean() if (row > 0).any() else np.nan


def _predict(R, S, u, i, k):
    R = np.asarray(R, float)
    if not (R[u] > 0).any():
        return np.nan
    near = [v for v in range(len(R)) if v != u and R[v, i] > 0 and S[u, v] > 0]
    near = sorted(near, key=lambda v: (-S[u, v], v))[:k]
    if not near:
        return np.nan
    w = S[u, near]
    return float(_mean(R[u]) + (w @ [R[v, i] - _mean(R[v]) for v in near]) / w.sum())


def _popular(R, n):
    count = (np.asarray(R) > 0).sum(axis=0)
    return [(int(i), float(count[i])) for i in np.argsort(-count, kind="stable")[:n] if count[i]]


def _recommend(R, u, n, k):
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular(R, n)
    S = _cos(R)
    out = [(i, _predict(R, S, u, i, k)) for i in range(R.shape[1]) if R[u, i] == 0]
    out = [(i, s) for i, s in out if not np.isnan(s)]
    return sorted(out, key=lambda t: (-t[1], t[0]))[:n]


# ---------------------------------------------------------------- 3.1 break_recommender


def _break_tables():
    return {
        "ratings_not_centred": ([[5, 3, 0, 0], [5, 3, 1, 0], [1, 1, 0, 4]], 0, 2, 1),
        "seen_items_kept": ([[5, 3, 0, 0], [5, 3, 1, 0], [1, 1, 0, 4]], 0, 4, 2),
        "missing_counts_as_zero": ([[5, 3, 0, 0], [5, 3, 0, 2], [4, 1, 5, 0]], 0, 2, 1),
        "neighbours_unweighted": ([[5, 3, 0], [5, 3, 5], [1, 5, 1]], 0, 1, 2),
        "best_neighbour_skipped": ([[5, 3, 0], [5, 3, 5], [1, 5, 1]], 0, 1, 1),
        "dot_product_similarity": ([[4, 2, 0], [2, 1, 1], [5, 5, 5]], 0, 1, 1),
    }


def break_recommender__right_table(defect):
    return _break_tables()[defect]


def break_recommender__right_one_table_for_most(defect):
    R = [[5, 2, 0, 0, 1], [3, 1, 0, 5, 1], [5, 5, 1, 2, 5], [4, 2, 4, 0, 0]]
    k = {"neighbours_unweighted": 3, "dot_product_similarity": 2, "missing_counts_as_zero": 2}
    n = 5 if defect == "seen_items_kept" else 2
    return R, 0, n, k.get(defect, 1)


def break_recommender__right_other_user(defect):
    """The user to recommend for stands last."""
    R, u, n, k = _break_tables()[defect]
    return [list(map(int, row)) for row in np.array(R)[::-1]], len(R) - 1 - u, n, k


def break_recommender__wrong_equal_means(defect):
    """For ratings_not_centred the user and her neighbour have the same mean, so centring cancels out:
    the weighted mean of ratings is the same prediction."""
    if defect == "ratings_not_centred":
        return [[4, 2, 0], [4, 2, 3]], 0, 1, 1
    return _break_tables()[defect]


def break_recommender__wrong_short_list(defect):
    """For seen_items_kept one product is asked for, and the unseen product is predicted best: the list
    is the same with or without the seen ones."""
    if defect == "seen_items_kept":
        return [[3, 3, 0], [1, 1, 5]], 0, 1, 1
    return _break_tables()[defect]


def break_recommender__wrong_everybody_rated_it(defect):
    """For missing_counts_as_zero every neighbour has rated the product: nothing is missing."""
    if defect == "missing_counts_as_zero":
        return [[5, 3, 0], [5, 3, 2], [4, 1, 5]], 0, 1, 2
    return _break_tables()[defect]


def break_recommender__wrong_one_neighbour(defect):
    """For neighbours_unweighted k is 1: the weight of a single neighbour cancels out."""
    if defect == "neighbours_unweighted":
        return [[5, 3, 0], [5, 3, 5], [1, 5, 1]], 0, 1, 1
    return _break_tables()[defect]


def break_recommender__wrong_neighbours_agree(defect):
    """For best_neighbour_skipped both neighbours are equal rows, so the second says what the first
    would have said."""
    if defect == "best_neighbour_skipped":
        return [[5, 3, 0], [5, 3, 4], [5, 3, 4]], 0, 1, 1
    return _break_tables()[defect]


def break_recommender__wrong_equal_lengths(defect):
    """For dot_product_similarity the neighbours' rows have the same length: the dot product orders and
    weighs them as the cosine does."""
    if defect == "dot_product_similarity":
        return [[5, 2, 0], [5, 3, 1], [3, 1, 5]], 0, 1, 2
    return _break_tables()[defect]


def break_recommender__wrong_nothing_to_recommend(defect):
    """User 0 has rated everything: every list is empty, except that of seen_items_kept. All other
    defects stay hidden."""
    return [[5, 3, 4], [5, 3, 5], [1, 5, 1]], 0, 2, 1


def break_recommender__wrong_new_user(defect):
    """User 0 has rated nothing, so no similarity is above 0 and neither version has anything to
    weigh."""
    return [[0, 0, 0], [5, 3, 5], [1, 5, 1]], 0, 2, 2


def break_recommender__wrong_scale_of_ten(defect):
    """For dot_product_similarity the ratings go up to 10; the statement allows 1 to 5 (0 for none)."""
    if defect == "dot_product_similarity":
        return [[4, 2, 0], [2, 1, 1], [10, 10, 10]], 0, 1, 1
    return _break_tables()[defect]


def break_recommender__wrong_toy_matrix(defect):
    """For neighbours_unweighted and dot_product_similarity uses the notebook's toy matrix: only one user
    rated product 2, and the weight of a single rater cancels out."""
    if defect in ("neighbours_unweighted", "dot_product_similarity"):
        return [[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]], 0, 5, 2
    return _break_tables()[defect]


# ---------------------------------------------------------------- 3.2 cosine_similarity_matrix


def cosine_similarity_matrix__right_normalise(R):
    X = np.asarray(R, dtype=float)
    norm = np.sqrt((X**2).sum(axis=1))
    norm[norm == 0] = 1.0
    X = X / norm[:, None]
    return X @ X.T


def cosine_similarity_matrix__right_loops(R):
    rows = [[float(x) for x in row] for row in R]
    S = np.zeros((len(rows), len(rows)))
    for a, x in enumerate(rows):
        for b, y in enumerate(rows):
            length = math.sqrt(sum(v * v for v in x)) * math.sqrt(sum(v * v for v in y))
            if length:
                S[a, b] = sum(v * w for v, w in zip(x, y)) / length
    return S


def cosine_similarity_matrix__right_sklearn(R):
    return cosine_similarity(np.asarray(R, dtype=np.float64))


def cosine_similarity_matrix__right_gram(R):
    gram = np.einsum("ui,vi->uv", R.astype(float), R.astype(float))
    size = np.sqrt(np.diag(gram))
    both = np.outer(size, size)
    return np.divide(gram, both, out=np.zeros_like(gram), where=both > 0)


def cosine_similarity_matrix__wrong_nan_for_empty(R):
    """Divides by the norm without a guard: NaN in the row and column of a user without ratings."""
    X = np.asarray(R, float)
    with np.errstate(all="ignore"):
        X = X / np.linalg.norm(X, axis=1, keepdims=True)
    return X @ X.T


def cosine_similarity_matrix__wrong_small_integers(R):
    """Multiplies in the input's type: products of int8 ratings overflow (12 x 12 and sums above
    127)."""
    norm = np.linalg.norm(R.astype(float), axis=1)
    both = np.outer(norm, norm)
    dots = (R @ R.T).astype(float)
    return np.divide(dots, both, out=np.zeros_like(dots), where=both > 0)


def cosine_similarity_matrix__wrong_items(R):
    """Cosines between products (columns) instead of users: another shape unless the table is square."""
    return _cos(np.asarray(R).T)


def cosine_similarity_matrix__wrong_dot(R):
    """Does not divide by the norms."""
    X = np.asarray(R, float)
    return X @ X.T


def cosine_similarity_matrix__wrong_diagonal_zero(R):
    """Puts 0 on the diagonal; the cosine of a user with herself is 1."""
    S = _cos(R)
    np.fill_diagonal(S, 0)
    return S


def cosine_similarity_matrix__wrong_diagonal_one_everywhere(R):
    """Puts 1 on the diagonal, for users without ratings too, whose similarity to themselves must be
    0."""
    S = _cos(R)
    np.fill_diagonal(S, 1)
    return S


def cosine_similarity_matrix__wrong_norm_of_common(R):
    """Takes the norms over common products only: too large a similarity where users rated different
    products."""
    X = np.asarray(R, float)
    M = (X > 0).astype(float)
    dots = X @ X.T
    both = np.sqrt((X**2 @ M.T) * (M @ (X**2).T))
    return np.divide(dots, both, out=np.zeros_like(dots), where=both > 0)


def cosine_similarity_matrix__wrong_centred(R):
    """Centres each user first: that is Pearson's correlation of the rows, not the cosine."""
    X = np.asarray(R, float)
    return _cos(X - X.mean(axis=1, keepdims=True))


def cosine_similarity_matrix__wrong_epsilon(R):
    """Adds 0.01 to the norms against division by zero: every similarity is too small, the diagonal
    too."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=1)
    return X @ X.T / (np.outer(norm, norm) + 0.01)


def cosine_similarity_matrix__wrong_squared_norms(R):
    """Divides by the squared norms (no root)."""
    X = np.asarray(R, float)
    sq = (X**2).sum(axis=1)
    both = np.outer(sq, sq)
    return np.divide(X @ X.T, both, out=np.zeros_like(both), where=both > 0)


def cosine_similarity_matrix__wrong_one_norm(R):
    """Divides each row by its own norm only once: not symmetric, and the diagonal is the norm."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=1)
    norm[norm == 0] = 1
    return X @ X.T / norm[:, None]


def cosine_similarity_matrix__wrong_in_place(R):
    """Scales the rows of the caller's table in place when it is a float table: R is changed."""
    R = np.asarray(R, dtype=float)
    norm = np.linalg.norm(R, axis=1, keepdims=True)
    norm[norm == 0] = 1
    R /= norm
    return R @ R.T


def cosine_similarity_matrix__wrong_rounded(R):
    """Rounds to two decimals, as the example is printed."""
    return _cos(R).round(2)


# ---------------------------------------------------------------- 3.3 top_k_neighbours


def top_k_neighbours__right_argsort(S, u, k):
    order = np.argsort(-S[u], kind="stable")
    order = order[(order != u) & (S[u][order] > 0)]
    return order[:k]


def top_k_neighbours__right_sorted(S, u, k):
    users = [v for v in range(len(S)) if v != u and S[u, v] > 0]
    return np.array(sorted(users, key=lambda v: (-S[u, v], v))[:k], dtype=int)


def top_k_neighbours__right_lexsort(S, u, k):
    v = np.delete(np.arange(S.shape[0]), u)
    s = S[u, v]
    v, s = v[s > 0], s[s > 0]
    return v[np.lexsort((v, -s))][:k]


def top_k_neighbours__right_pandas(S, u, k):
    s = pd.Series(S[u]).drop(u)
    return s[s > 0].sort_values(ascending=False, kind="stable").index.to_numpy(dtype=int)[:k]


def top_k_neighbours__right_heap(S, u, k):
    near = heapq.nsmallest(k, ((-s, v) for v, s in enumerate(S[u]) if v != u and s > 0))
    return np.array([v for _, v in near], dtype=int)


def top_k_neighbours__wrong_first_is_the_user(S, u, k):
    """Cuts the first entry as "the user": when the diagonal is 0, or another user ties at 1 with a lower
    number, somebody else is cut and the user stays."""
    order = np.argsort(-S[u], kind="stable")[1:]
    return order[S[u][order] > 0][:k]


def top_k_neighbours__wrong_zero_allowed(S, u, k):
    """Keeps users whose similarity is exactly 0."""
    order = np.argsort(-S[u], kind="stable")
    order = order[(order != u) & (S[u][order] >= 0)]
    return order[:k]


def top_k_neighbours__wrong_no_threshold(S, u, k):
    """Fills up to k with users of similarity 0 or below."""
    order = np.argsort(-S[u], kind="stable")
    return order[order != u][:k]


def top_k_neighbours__wrong_reversed_sort(S, u, k):
    """Reverses an ascending sort: of equally similar users the higher number comes first."""
    order = np.argsort(S[u], kind="stable")[::-1]
    order = order[(order != u) & (S[u][order] > 0)]
    return order[:k]


def top_k_neighbours__wrong_ascending(S, u, k):
    """Forgets the minus sign: the least similar come first."""
    order = np.argsort(S[u], kind="stable")
    order = order[(order != u) & (S[u][order] > 0)]
    return order[:k]


def top_k_neighbours__wrong_cut_before_filter(S, u, k):
    """Cuts to k before the user is taken out: one neighbour too few when the user is among the
    first k."""
    order = np.argsort(-S[u], kind="stable")[:k]
    return order[(order != u) & (S[u][order] > 0)]


def top_k_neighbours__wrong_last_k(S, u, k):
    """Takes the last k of an ascending sort with [-k:]: for k = 0 that is everybody, and ties come in
    reversed order."""
    row = S[u].copy()
    row[u] = -1
    order = np.argsort(row, kind="stable")[-k:][::-1]
    return order[row[order] > 0]


def top_k_neighbours__wrong_diagonal_written(S, u, k):
    """Puts 0 on the diagonal in the caller's matrix: S is changed."""
    S[u, u] = 0
    order = np.argsort(-S[u], kind="stable")
    return order[S[u][order] > 0][:k]


def top_k_neighbours__wrong_similarities_returned(S, u, k):
    """Returns the similarities instead of the users' numbers."""
    row = np.delete(S[u], u)
    return np.sort(row[row > 0])[::-1][:k]


def top_k_neighbours__wrong_numbers_after_deletion(S, u, k):
    """Deletes the user first and returns places in what is left: every user with a number above u is
    one too low."""
    row = np.delete(S[u], u)
    order = np.argsort(-row, kind="stable")
    return order[row[order] > 0][:k]


def top_k_neighbours__wrong_set_order(S, u, k):
    """Finds the right users by argpartition but not in the order of similarity: their order is
    arbitrary (here by number)."""
    row = np.where(np.arange(len(S)) == u, -1, S[u])
    best = np.argsort(-row, kind="stable")[:k]
    return np.array(sorted(v for v in best if row[v] > 0), dtype=int)


def top_k_neighbours__wrong_self_by_value(S, u, k):
    """Takes the user out by similarity < 1: other users with a similarity of 1 are lost too, and the user
    stays when the diagonal is below 1 and above 0."""
    order = np.argsort(-S[u], kind="stable")
    return order[(S[u][order] > 0) & (S[u][order] < 1)][:k]


# ---------------------------------------------------------------- 3.4 predict_rating


def predict_rating__right_numpy(R, S, u, i, k):
    R = np.asarray(R, float)
    rated = R > 0
    if not rated[u].any():
        return float("nan")
    means = R.sum(axis=1) / np.maximum(rated.sum(axis=1), 1)
    ok = rated[:, i] & (S[u] > 0)
    ok[u] = False
    v = np.flatnonzero(ok)
    v = v[np.argsort(-S[u, v], kind="stable")][:k]
    if v.size == 0:
        return float("nan")
    return means[u] + np.average(R[v, i] - means[v], weights=S[u, v])


def predict_rating__right_loop(R, S, u, i, k):
    def mean(v):
        given = [float(r) for r in R[v] if r > 0]
        return sum(given) / len(given)

    if all(r == 0 for r in R[u]):
        return math.nan
    raters = [(-S[u][v], v) for v in range(len(R)) if v != u and R[v][i] > 0 and S[u][v] > 0]
    top = bottom = 0.0
    for minus, v in sorted(raters)[:k]:
        top += -minus * (R[v][i] - mean(v))
        bottom += -minus
    return mean(u) + top / bottom if bottom else math.nan


def predict_rating__right_masked(R, S, u, i, k):
    table = pd.DataFrame(np.asarray(R, float)).replace(0, np.nan)
    deviation = table.sub(table.mean(axis=1), axis=0)[i].drop(u)
    near = pd.DataFrame({"s": pd.Series(np.asarray(S)[u]).drop(u), "d": deviation}).dropna()
    near = near[near["s"] > 0].sort_values("s", ascending=False, kind="stable").head(k)
    if near.empty:
        return float("nan")
    return float(table.loc[u].mean() + (near["s"] * near["d"]).sum() / near["s"].sum())


def _variant(
    R, S, u, i, k, *, select="raters", centred=True, mean="rated", weight=True, self_=False
):
    R = np.asarray(R, float)
    if not (R[u] > 0).any():
        return np.nan
    mu = [_mean(r) if (r > 0).any() else 0.0 for r in R]
    v = [x for x in range(len(R)) if (self_ or x != u) and S[u, x] > 0]
    v = sorted(v, key=lambda x: (-S[u, x], x))
    v = (
        [x for x in v if R[x, i] > 0][:k]
        if select == "raters"
        else [x for x in v[:k] if R[x, i] > 0]
    )
    if not v:
        return np.nan
    w = S[u, v] if weight else np.ones(len(v))
    if not centred:
        return float(w @ R[v, i] / w.sum())
    return float(mu[u] + w @ (R[v, i] - np.array(mu)[v]) / w.sum())


def predict_rating__wrong_nearest_first_then_raters(R, S, u, i, k):
    """Takes the k nearest users first and then those of them who rated: too few, or NaN, when a near user
    has not rated the product."""
    return _variant(R, S, u, i, k, select="nearest")


def predict_rating__wrong_not_centred(R, S, u, i, k):
    """The weighted mean of the ratings themselves: wrong where the neighbours' means differ from the
    user's."""
    return _variant(R, S, u, i, k, centred=False)


def predict_rating__wrong_unweighted(R, S, u, i, k):
    """A plain mean of the deviations: wrong where two neighbours with different similarities
    disagree."""
    return _variant(R, S, u, i, k, weight=False)


def predict_rating__wrong_self_included(R, S, u, i, k):
    """Does not leave out u: when she has rated i, she is her own nearest neighbour."""
    return _variant(R, S, u, i, k, self_=True)


def predict_rating__wrong_mean_with_zeros(R, S, u, i, k):
    """Means over whole rows, zeros included: wrong as soon as a row has a 0."""
    R = np.asarray(R, float)
    if not R[u].any():
        return np.nan
    v = [x for x in range(len(R)) if x != u and R[x, i] > 0 and S[u, x] > 0]
    v = sorted(v, key=lambda x: (-S[u, x], x))[:k]
    if not v:
        return np.nan
    w = S[u, v]
    return float(R[u].mean() + w @ (R[v, i] - R[v].mean(axis=1)) / w.sum())


def predict_rating__wrong_missing_counted(R, S, u, i, k):
    """Does not ask who rated i: a neighbour without a rating counts as a 0."""
    R = np.asarray(R, float)
    if not R[u].any():
        return np.nan
    v = [x for x in range(len(R)) if x != u and S[u, x] > 0]
    v = sorted(v, key=lambda x: (-S[u, x], x))[:k]
    if not v:
        return np.nan
    w = S[u, v]
    return float(_mean(R[u]) + w @ [R[x, i] - _mean(R[x]) for x in v] / w.sum())


def predict_rating__wrong_clipped(R, S, u, i, k):
    """Clips to 1 to 5: wrong for predictions outside the scale."""
    return float(np.clip(_predict(R, S, u, i, k), 1, 5))


def predict_rating__wrong_own_mean_if_nobody(R, S, u, i, k):
    """Falls back on the user's mean where nobody similar rated the product; NaN is asked for."""
    x = _predict(R, S, u, i, k)
    return float(_mean(R[u])) if np.isnan(x) else x


def predict_rating__wrong_zero_if_nobody(R, S, u, i, k):
    """Returns 0 instead of NaN where there is no prediction."""
    x = _predict(R, S, u, i, k)
    return 0.0 if np.isnan(x) else x


def predict_rating__wrong_own_rating_returned(R, S, u, i, k):
    """Returns the rating that the user gave to i, if she rated it, instead of a prediction."""
    return float(R[u][i]) if R[u][i] > 0 else _predict(R, S, u, i, k)


def predict_rating__wrong_mean_without_i(R, S, u, i, k):
    """Leaves the rating of i out of the user's mean: the statement says that it counts."""
    R = np.array(R, float)
    R[u, i] = 0
    return _predict(R, S, u, i, k)


def predict_rating__wrong_negative_neighbours(R, S, u, i, k):
    """Lets users with negative similarities in (the formula has absolute values): wrong when fewer than k
    raters have a similarity above 0."""
    R = np.asarray(R, float)
    if not R[u].any():
        return np.nan
    v = [x for x in range(len(R)) if x != u and R[x, i] > 0 and S[u, x] != 0]
    v = sorted(v, key=lambda x: (-S[u, x], x))[:k]
    if not v:
        return np.nan
    w = S[u, v]
    return float(_mean(R[u]) + w @ [R[x, i] - _mean(R[x]) for x in v] / np.abs(w).sum())


def predict_rating__wrong_higher_number_first(R, S, u, i, k):
    """Reverses an ascending sort, so of equally similar users the higher number is asked: shows when
    a tie stands at the k-th place."""
    R = np.asarray(R, float)
    if not R[u].any():
        return np.nan
    v = [int(x) for x in np.argsort(S[u], kind="stable")[::-1] if x != u and R[x, i] > 0]
    v = [x for x in v if S[u, x] > 0][:k]
    if not v:
        return np.nan
    w = S[u, v]
    return float(_mean(R[u]) + w @ [R[x, i] - _mean(R[x]) for x in v] / w.sum())


# ---------------------------------------------------------------- 3.5 recommend


def recommend__right_composed(R, u, n, k):
    R = np.asarray(R)
    if not R[u].any():
        count = Counter(int(i) for i in np.nonzero(R)[1])
        return [(i, float(c)) for i, c in count.most_common(n)]
    S = _cos(R)
    scored = []
    for i in np.flatnonzero(R[u] == 0):
        r = predict_rating__right_numpy(R, S, u, i, k)
        if not np.isnan(r):
            scored.append((int(i), float(r)))
    scored.sort(key=lambda pair: pair[1], reverse=True)
    return scored[:n]


def recommend__right_vectorised(R, u, n, k):
    R = np.asarray(R, float)
    rated = R > 0
    if not rated[u].any():
        count = rated.sum(axis=0)
        best = np.argsort(-count, kind="stable")
        return [(int(i), float(count[i])) for i in best[count[best] > 0][:n]]
    norm = np.linalg.norm(R, axis=1)
    s = np.divide(R @ R[u], norm * norm[u], out=np.zeros(len(R)), where=norm > 0)
    s[u] = 0
    order = np.argsort(-s, kind="stable")
    order = order[s[order] > 0]
    take = rated[order] & (rated[order].cumsum(axis=0) <= k)
    mu = R.sum(axis=1) / np.maximum(rated.sum(axis=1), 1)
    w = s[order, None] * take
    total = w.sum(axis=0)
    with np.errstate(all="ignore"):
        pred = mu[u] + (w * (R[order] - mu[order, None])).sum(axis=0) / total
    pred[rated[u] | (total == 0)] = -np.inf
    best = np.argsort(-pred, kind="stable")[:n]
    return [(int(i), float(pred[i])) for i in best if np.isfinite(pred[i])]


def recommend__right_dicts(R, u, n, k):
    likes = [{i: float(r) for i, r in enumerate(row) if r > 0} for row in np.asarray(R).tolist()]
    me = likes[u]
    if not me:
        count = defaultdict(int)
        for row in likes:
            for i in row:
                count[i] += 1
        return heapq.nlargest(n, count.items(), key=lambda t: t[1])

    def length(row):
        return math.sqrt(sum(r * r for r in row.values()))

    sims = []
    for v, row in enumerate(likes):
        dot = sum(r * me[i] for i, r in row.items() if i in me)
        if v != u and dot > 0:
            sims.append((-dot / (length(row) * length(me)), v))
    sims.sort()
    said = defaultdict(list)
    for minus, v in sims:
        mean = sum(likes[v].values()) / len(likes[v])
        for i, r in likes[v].items():
            if i not in me and len(said[i]) < k:
                said[i].append((-minus, r - mean))
    mine = sum(me.values()) / len(me)
    out = [
        (i, mine + sum(w * d for w, d in pairs) / sum(w for w, _ in pairs))
        for i, pairs in said.items()
        if pairs
    ]
    return sorted(out, key=lambda t: -t[1])[:n]


def recommend__wrong_seen_kept(R, u, n, k):
    """Recommends products that the user has rated too."""
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular(R, n)
    S = _cos(R)
    out = [(i, _predict(R, S, u, i, k)) for i in range(R.shape[1])]
    return sorted([t for t in out if t[1] == t[1]], key=lambda t: -t[1])[:n]


def recommend__wrong_nan_in_list(R, u, n, k):
    """Does not drop products without a prediction: NaN stands in the list (last) where fewer than n have
    one."""
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular(R, n)
    S = _cos(R)
    out = [(i, _predict(R, S, u, i, k)) for i in np.flatnonzero(R[u] == 0).tolist()]
    return sorted(out, key=lambda t: -t[1] if t[1] == t[1] else math.inf)[:n]


def recommend__wrong_cold_user_empty(R, u, n, k):
    """No fallback: a user without ratings gets an empty list."""
    R = np.asarray(R, float)
    return _recommend(R, u, n, k) if R[u].any() else []


def recommend__wrong_cold_user_by_sum(R, u, n, k):
    """A user without ratings gets products by the sum of ratings instead of the number of raters."""
    R = np.asarray(R, float)
    if R[u].any():
        return _recommend(R, u, n, k)
    total = R.sum(axis=0)
    return [(int(i), float(total[i])) for i in np.argsort(-total, kind="stable")[:n] if total[i]]


def recommend__wrong_cold_user_unrated_products(R, u, n, k):
    """A user without ratings also gets products that nobody has rated, when n is large."""
    R = np.asarray(R, float)
    if R[u].any():
        return _recommend(R, u, n, k)
    count = (R > 0).sum(axis=0)
    return [(int(i), float(count[i])) for i in np.argsort(-count, kind="stable")[:n]]


def recommend__wrong_cold_user_by_mean(R, u, n, k):
    """A user without ratings gets products by mean rating: one enthusiastic rater puts a product
    first."""
    R = np.asarray(R, float)
    if R[u].any():
        return _recommend(R, u, n, k)
    m = [(i, float(_mean(R[:, i]))) for i in range(R.shape[1]) if R[:, i].any()]
    return sorted(m, key=lambda t: -t[1])[:n]


def recommend__wrong_padded_with_popular(R, u, n, k):
    """Fills a short list up to n with popular products that have no prediction; the statement leaves it
    short."""
    R = np.asarray(R, float)
    out = _recommend(R, u, n, k)
    have = {i for i, _ in out}
    for i, c in _popular(R, R.shape[1]):
        if len(out) < n and i not in have and R[u, i] == 0:
            out.append((i, c))
    return out


def recommend__wrong_worst_first(R, u, n, k):
    """Sorts ascending: the worst predictions come first (and are kept by the cut)."""
    R = np.asarray(R, float)
    return (
        sorted(_recommend(R, u, R.shape[1], k), key=lambda t: t[1])[:n]
        if R[u].any()
        else _popular(R, n)
    )


def recommend__wrong_cut_before_sort(R, u, n, k):
    """Cuts to n before sorting: the first n unrated products, in order, instead of the best n."""
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular(R, n)
    every = sorted(_recommend(R, u, R.shape[1], k))
    return sorted(every[:n], key=lambda t: -t[1])


def recommend__wrong_places_instead_of_products(R, u, n, k):
    """Numbers count places among the unrated products: wrong once a rated product stands before
    one."""
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular(R, n)
    place = {int(i): p for p, i in enumerate(np.flatnonzero(R[u] == 0))}
    return [(place[i], s) for i, s in _recommend(R, u, n, k)]


def recommend__wrong_products_only(R, u, n, k):
    """Returns product numbers without predictions."""
    return [i for i, _ in _recommend(R, u, n, k)]


def recommend__wrong_clipped(R, u, n, k):
    """Clips predictions to 1 to 5 (after sorting): the numbers outside the scale are wrong."""
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular(R, n)
    return [(i, float(min(max(s, 1.0), 5.0))) for i, s in _recommend(R, u, n, k)]


def recommend__wrong_k_and_n_swapped(R, u, n, k):
    """Passes n as the number of neighbours and cuts at k: wrong when they differ and it matters."""
    return _recommend(R, u, k, n)


def recommend__wrong_k_nearest_users_first(R, u, n, k):
    """Chooses the k nearest users once for all products: a product that none of them rated has no
    prediction, others too few votes."""
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular(R, n)
    S = _cos(R)
    out = [
        (i, _variant(R, S, u, i, k, select="nearest")) for i in np.flatnonzero(R[u] == 0).tolist()
    ]
    return sorted([t for t in out if t[1] == t[1]], key=lambda t: -t[1])[:n]


# ---------------------------------------------------------------- 3.6 kill_cf


def _agrees(got, R, u, n, k):
    every = _recommend(R, u, R.shape[1], k)
    score = dict(every)
    best = [s for _, s in every[:n]]
    got = [(int(i), float(s)) for i, s in got]
    return (
        len(got) == len(best)
        and len({i for i, _ in got}) == len(got)
        and all(i in score and abs(score[i] - s) < 1e-6 for i, s in got)
        and all(abs(a - s) < 1e-6 for a, (_, s) in zip(best, got))
    )


def kill_cf__right_random(fn):
    rng = np.random.default_rng(0)
    for t in range(15):
        R = np.round(rng.uniform(1, 5, (8, 9)), 2) * (rng.random((8, 9)) < 0.45)
        R[3] = 0
        R[:, 4] = 0
        for u in (0, 3, 7):
            for n, k in ((1, 1), (3, 2), (20, 3), (4, 50)):
                before = R.copy()
                if not _agrees(fn(R, u, n, k), before, u, n, k) or not (R == before).all():
                    return False
    return True


def kill_cf__right_hand_written(fn):
    tables = [
        [[5, 3, 0, 0, 1], [4, 2, 5, 0, 1], [1, 5, 1, 4, 5], [2, 1, 0, 5, 0], [0, 0, 0, 0, 0]],
        [[4, 2, 0, 0, 0], [2, 1, 1, 5, 0], [5, 5, 5, 2, 0], [0, 0, 3, 4, 0], [0, 0, 0, 0, 0]],
        [[5, 5, 0, 0, 0, 1], [5, 4, 2, 0, 1, 3], [1, 1, 5, 5, 3, 4], [3, 0, 4, 1, 2, 0]],
        [[1, 0, 0, 2], [2, 5, 1, 4], [1, 4, 0, 5], [5, 1, 2, 0], [5, 5, 3, 1]],
        [[5, 3, 0, 0, 0], [4, 2, 5, 0, 0], [0, 0, 1, 3, 0], [0, 0, 0, 2, 0]],  # no prediction for 3
    ]
    for rows in tables:
        R = np.array(rows)
        for u in range(len(R)):
            for n in (1, 2, 3, 9):
                for k in (1, 2, 9):
                    if not _agrees(fn(R.copy(), u, n, k), R, u, n, k):
                        return False
    return True


class _Killer:
    def __init__(self, size, seed):
        self.size, self.rng = size, np.random.default_rng(seed)

    def __call__(self, fn):
        try:
            for _ in range(12):
                R = self.rng.uniform(1, 5, self.size) * (self.rng.random(self.size) < 0.35)
                R[self.rng.integers(len(R))] = 0
                for u in range(len(R)):
                    n, k = int(self.rng.integers(1, 14)), int(self.rng.integers(1, 6))
                    assert _agrees(list(fn(R.copy(), u, n, k)), R, u, n, k)
        except Exception:
            return False
        return True


def kill_cf__right_all_users_of_sparse_tables(fn):
    return _Killer((9, 12), 5)(fn)


_TOY = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])


def kill_cf__wrong_example_only(fn):
    """Checks the example only, which all wrong ones pass too."""
    return [(i, round(s, 3)) for i, s in fn(_TOY, 0, 5, 2)] == [(2, 2.667)]


def kill_cf__wrong_exact_scores(fn):
    """Compares scores exactly: a right implementation that adds in another order differs in the last
    digits."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        R = rng.integers(1, 6, (8, 9)) * (rng.random((8, 9)) < 0.5)
        if fn(R, 0, 5, 3) != _recommend(R, 0, 5, 3):
            return False
    return True


def kill_cf__wrong_order_of_ties(fn):
    """Demands the lower number first among equal scores, for a new user too; the statement leaves that
    order free."""
    R = np.array([[0, 0, 0, 0, 0]] + [[4, 4, 4, 4, 0]] * 3)
    if [i for i, _ in fn(R, 0, 3, 2)] != [0, 1, 2]:
        return False
    return kill_cf__right_random(fn)


def kill_cf__wrong_products_only(fn):
    """Compares the products and never the scores: mistakes that change a prediction but seldom the order
    pass (clipping, for one)."""
    rng = np.random.default_rng(2)
    for _ in range(3):
        R = np.round(rng.uniform(1, 5, (5, 5)), 2) * (rng.random((5, 5)) < 0.6)
        if {i for i, _ in fn(R, 0, 9, 9)} != {i for i, _ in _recommend(R, 0, 9, 9)}:
            return False
    return True


def kill_cf__wrong_no_new_user(fn):
    """Never tries a user without ratings, and always lets everybody be a neighbour (k = 100): mistakes
    about the fallback and about who is nearest pass."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        R = np.round(rng.uniform(1, 5, (6, 6)), 2) * (rng.random((6, 6)) < 0.6)
        R[0, 0] = 3.0
        if not _agrees(fn(R, 0, 10, 100), R, 0, 10, 100):
            return False
    return True


def kill_cf__wrong_demands_n_products(fn):
    """Demands exactly n products; right lists are shorter when products have no prediction."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        R = rng.integers(1, 6, (6, 6)) * (rng.random((6, 6)) < 0.5)
        if len(fn(R, 0, 5, 2)) != 5:
            return False
    return True


def kill_cf__wrong_scores_in_scale(fn):
    """Demands predictions between 1 and 5; right ones are not clipped."""
    rng = np.random.default_rng(5)
    for _ in range(30):
        R = rng.integers(1, 6, (6, 8)) * (rng.random((6, 8)) < 0.5)
        R[0, 0] = 5
        if any(not 1 <= s <= 5 for _, s in fn(R, 0, 8, 2)):
            return False
    return kill_cf__right_random(fn)


def kill_cf__wrong_sorted_and_unseen(fn):
    """Checks only that the list is sorted, unseen and not too long: any numbers pass, and so does the
    empty list."""
    rng = np.random.default_rng(6)
    for _ in range(20):
        R = rng.integers(1, 6, (6, 8)) * (rng.random((6, 8)) < 0.5)
        R[0, 0] = 5
        out = fn(R, 0, 3, 2)
        s = [x for _, x in out]
        if len(out) > 3 or s != sorted(s, reverse=True) or any(R[0, i] for i, _ in out):
            return False
    return True


def kill_cf__unsure_lists_passed(fn):
    """Passes a list of lists, although R is an ndarray: right implementations that index R[u, i] raise
    an error."""
    R = _TOY.tolist()
    return [i for i, _ in fn(R, 0, 5, 2)] == [2] and kill_cf__right_random(fn)


UNSURE["kill_cf__unsure_lists_passed"] = (
    "R is said to be an ndarray; a tester that passes a list breaks that contract, but whether a right "
    "implementation on trial fails on it cannot be known."
)


def kill_cf__wrong_none(fn):
    """Asserts and returns nothing: the verdict for a right implementation is None."""
    assert kill_cf__right_random(fn)


def kill_cf__wrong_one_table(fn):
    """One table, one user, k = 1, n = 1: most mistakes do not show there."""
    R = np.array([[5, 3, 0, 0], [4, 2, 5, 1], [1, 5, 1, 5]])
    return _agrees(fn(R, 0, 1, 1), R, 0, 1, 1)


# ---------------------------------------------------------------- 3.7 significance_weighting


def significance_weighting__right_minimum(S, R, least):
    B = (np.asarray(R) != 0).astype(float)
    return S * np.minimum(B @ B.T, least) / least


def significance_weighting__right_loops(S, R, least):
    out = np.array(S, dtype=float)
    have = [set(np.flatnonzero(row)) for row in np.asarray(R)]
    for a in range(len(have)):
        for b in range(len(have)):
            common = len(have[a] & have[b])
            if common < least:
                out[a, b] *= common / least
    return out


def significance_weighting__right_pandas(S, R, least):
    rated = pd.DataFrame(np.asarray(R) > 0).astype(int)
    factor = (rated.dot(rated.T) / least).clip(upper=1)
    return (pd.DataFrame(S) * factor).to_numpy(dtype=float)


def significance_weighting__right_where(S, R, least):
    n = np.array([np.count_nonzero((R != 0) & (row != 0), axis=1) for row in np.asarray(R)])
    return np.where(n >= least, S, S * (n / least))


def _common(R):
    B = (np.asarray(R) != 0).astype(float)
    return B @ B.T


def significance_weighting__wrong_boolean_product(S, R, least):
    """The product of two tables of bool is bool: any number of common products counts as one."""
    B = np.asarray(R) > 0
    return S * np.minimum(B @ B.T, least) / least


def significance_weighting__wrong_overflow(S, R, least):
    """Counts in the type of R: in int8 more than 127 common products overflow."""
    B = (R > 0).astype(R.dtype)
    return S * np.minimum((B @ B.T).astype(float), least) / least


def significance_weighting__wrong_not_capped(S, R, least):
    """Not capped at 1: more than `least` common products make a similarity larger."""
    return np.asarray(S, float) * _common(R) / least


def significance_weighting__wrong_n_over_n_plus_least(S, R, least):
    """The other shrinkage, n / (n + least): nothing ever stays as it is."""
    n = _common(R)
    return np.asarray(S, float) * n / (n + least)


def significance_weighting__wrong_cut_off(S, R, least):
    """Sets a similarity to 0 below `least` common products, instead of reducing it in proportion."""
    return np.where(_common(R) >= least, S, 0.0)


def significance_weighting__wrong_union(S, R, least):
    """Counts products that either has rated, not those that both have."""
    B = (np.asarray(R) != 0).astype(float)
    size = B.sum(axis=1)
    either = size[:, None] + size[None, :] - B @ B.T
    return S * np.minimum(either, least) / least


def significance_weighting__wrong_same_rating(S, R, least):
    """Counts products to which both gave the same rating."""
    R = np.asarray(R)
    n = ((R[:, None, :] == R[None, :, :]) & (R[:, None, :] > 0)).sum(axis=2)
    return S * np.minimum(n, least) / least


def significance_weighting__wrong_diagonal_kept(S, R, least):
    """Leaves the diagonal as it is; it follows the same rule."""
    out = S * np.minimum(_common(R), least) / least
    np.fill_diagonal(out, np.diag(S))
    return out


def significance_weighting__wrong_in_place(S, R, least):
    """Reduces the caller's matrix in place: S is changed."""
    S *= np.minimum(_common(R), least) / least
    return S


def significance_weighting__wrong_negative_cut(S, R, least):
    """Sets negative similarities to 0; they are to be reduced like the others."""
    return np.maximum(S, 0) * np.minimum(_common(R), least) / least


def significance_weighting__wrong_products_not_users(S, R, least):
    """Counts common users of two products (R.T @ R): the wrong shape unless the table is square."""
    B = (np.asarray(R) != 0).astype(float)
    return S * np.minimum(B.T @ B, least) / least


def significance_weighting__wrong_floor_division(S, R, least):
    """Divides whole numbers with //: everything below `least` becomes 0."""
    n = _common(R).astype(int)
    return S * (np.minimum(n, least) // least)


def significance_weighting__wrong_ratings_multiplied(S, R, least):
    """Uses R @ R.T, a sum of products of ratings, as the number of common products."""
    R = np.asarray(R, float)
    return S * np.minimum(R @ R.T, least) / least


# ---------------------------------------------------------------- 3.8 bias_baseline


def bias_baseline__right_numpy(R, lam):
    R = np.asarray(R, float)
    M = R > 0
    mu = R[M].mean()
    n_i, n_u = M.sum(axis=0) + lam, M.sum(axis=1) + lam
    b_i = np.divide(((R - mu) * M).sum(axis=0), n_i, out=np.zeros(R.shape[1]), where=M.any(axis=0))
    left = (R - mu - b_i) * M
    b_u = np.divide(left.sum(axis=1), n_u, out=np.zeros(len(R)), where=M.any(axis=1))
    return mu + b_i[None, :] + b_u[:, None]


def bias_baseline__right_loops(R, lam):
    R = np.asarray(R, float)
    given = [(u, i, R[u, i]) for u, i in zip(*np.nonzero(R))]
    mu = sum(r for _, _, r in given) / len(given)
    item, user = [0.0] * R.shape[1], [0.0] * R.shape[0]
    for i in range(len(item)):
        d = [r - mu for _, j, r in given if j == i]
        if d:
            item[i] = sum(d) / (len(d) + lam)
    for u in range(len(user)):
        d = [r - mu - item[i] for v, i, r in given if v == u]
        if d:
            user[u] = sum(d) / (len(d) + lam)
    return np.array([[mu + a + b for b in item] for a in user])


def bias_baseline__right_pandas(R, lam):
    R = np.asarray(R, float)
    u, i = np.nonzero(R)
    long = pd.DataFrame({"u": u, "i": i, "r": R[u, i]})
    mu = long["r"].mean()

    def shrunk(d):
        return d.sum() / (len(d) + lam)

    items = (long["r"] - mu).groupby(long["i"]).agg(shrunk)
    users = (long["r"] - mu - long["i"].map(items)).groupby(long["u"]).agg(shrunk)
    items = items.reindex(range(R.shape[1]), fill_value=0.0).to_numpy()
    users = users.reindex(range(R.shape[0]), fill_value=0.0).to_numpy()
    return mu + np.add.outer(users, items)


def bias_baseline__right_shrunk_means(R, lam):
    """Mean difference times n / (n + lam), which is the same."""
    X = np.where(np.asarray(R) > 0, np.asarray(R, float), np.nan)
    mu = np.nanmean(X)

    def bias(D, axis):
        n = np.isfinite(D).sum(axis=axis)
        total = np.nansum(D, axis=axis)
        return np.where(n > 0, total / np.maximum(n, 1) * (n / np.maximum(n + lam, 1e-300)), 0.0)

    item = bias(X - mu, 0)
    return mu + item + bias(X - mu - item, 1)[:, None]


def _biases(R, lam):
    R = np.asarray(R, float)
    M = R > 0
    mu = R[M].mean()
    return R, M, mu, np.maximum(M.sum(axis=0) + lam, 1e-12), np.maximum(M.sum(axis=1) + lam, 1e-12)


def bias_baseline__wrong_users_without_products(R, lam):
    """The users' biases ignore the products' biases: a user who rated good films counts as generous."""
    R, M, mu, ni, nu = _biases(R, lam)
    D = (R - mu) * M
    return mu + D.sum(axis=0) / ni + (D.sum(axis=1) / nu)[:, None]


def bias_baseline__wrong_users_first(R, lam):
    """Users' biases first, then products': the order is the other way round."""
    R, M, mu, ni, nu = _biases(R, lam)
    bu = ((R - mu) * M).sum(axis=1) / nu
    bi = ((R - mu - bu[:, None]) * M).sum(axis=0) / ni
    return mu + bi + bu[:, None]


def bias_baseline__wrong_zeros_in_mean(R, lam):
    """The mean of all cells, zeros included, as the mean of all ratings."""
    R, M, _, ni, nu = _biases(R, lam)
    mu = R.mean()
    bi = ((R - mu) * M).sum(axis=0) / ni
    bu = ((R - mu - bi) * M).sum(axis=1) / nu
    return mu + bi + bu[:, None]


def bias_baseline__wrong_zeros_in_differences(R, lam):
    """Adds up R - mean over all cells: unrated products count as very bad ratings."""
    R, M, mu, ni, nu = _biases(R, lam)
    bi = (R - mu).sum(axis=0) / ni
    bu = (R - mu - bi).sum(axis=1) / nu
    return mu + bi + bu[:, None]


def bias_baseline__wrong_mean_over_mean(R, lam):
    """Divides the mean difference by n + lam (divides by n twice)."""
    R, M, mu, ni, nu = _biases(R, lam)
    bi = ((R - mu) * M).sum(axis=0) / np.maximum(M.sum(axis=0), 1) / ni
    bu = ((R - mu - bi) * M).sum(axis=1) / np.maximum(M.sum(axis=1), 1) / nu
    return mu + bi + bu[:, None]


def bias_baseline__wrong_lam_for_products_only(R, lam):
    """Does not shrink the users' biases: wrong for lam above 0."""
    R, M, mu, ni, _ = _biases(R, lam)
    bi = ((R - mu) * M).sum(axis=0) / ni
    bu = ((R - mu - bi) * M).sum(axis=1) / np.maximum(M.sum(axis=1), 1)
    return mu + bi + bu[:, None]


def bias_baseline__wrong_lam_ignored(R, lam):
    """Does not shrink at all: right only for lam = 0."""
    return bias_baseline__right_numpy(R, 0.0)


def bias_baseline__wrong_nan_without_ratings(R, lam):
    """No guard: with lam = 0 a product or user without ratings has 0 / 0, NaN in a whole column or
    row."""
    R = np.asarray(R, float)
    M = R > 0
    mu = R[M].mean()
    with np.errstate(all="ignore"):
        bi = ((R - mu) * M).sum(axis=0) / (M.sum(axis=0) + lam)
        bu = (np.where(M, R - mu - bi, 0)).sum(axis=1) / (M.sum(axis=1) + lam)
    return mu + bi + bu[:, None]


def bias_baseline__wrong_clipped(R, lam):
    """Clips to 1 to 5."""
    return np.clip(bias_baseline__right_numpy(R, lam), 1, 5)


def bias_baseline__wrong_known_ratings_kept(R, lam):
    """Puts the given ratings where there are some; a prediction is asked for every cell."""
    R = np.asarray(R, float)
    return np.where(R > 0, R, bias_baseline__right_numpy(R, lam))


def bias_baseline__wrong_mean_of_user_means(R, lam):
    """The mean of the users' means instead of the mean of all ratings: differs when users have rated
    different numbers of products."""
    R, M, _, ni, nu = _biases(R, lam)
    mu = np.mean([_mean(r) for r in R if r.any()])
    bi = ((R - mu) * M).sum(axis=0) / ni
    bu = ((R - mu - bi) * M).sum(axis=1) / nu
    return mu + bi + bu[:, None]


def bias_baseline__wrong_unshrunk_products_in_residual(R, lam):
    """Subtracts the products' plain means from the ratings before the users' biases, not mean plus
    shrunk bias: wrong for lam above 0."""
    R, M, mu, ni, nu = _biases(R, lam)
    bi = ((R - mu) * M).sum(axis=0) / ni
    plain = R.sum(axis=0) / np.maximum(M.sum(axis=0), 1)
    bu = ((R - plain) * M).sum(axis=1) / nu
    return mu + bi + bu[:, None]


def bias_baseline__wrong_unrated_stay_zero(R, lam):
    """Predicts rated cells only and leaves 0 elsewhere."""
    return np.where(np.asarray(R) > 0, bias_baseline__right_numpy(R, lam), 0.0)


# ---------------------------------------------------------------- 3.9 recommend_sparse


def _parts(R, u):
    R = sparse.csr_matrix(R, dtype=float, copy=True)
    R.eliminate_zeros()
    count = np.diff(R.indptr)
    norm = np.sqrt(np.asarray(R.multiply(R).sum(axis=1)).ravel())
    dot = np.asarray((R @ R[u].T).todense()).ravel()
    s = np.divide(dot, norm * norm[u], out=np.zeros(len(dot)), where=(norm > 0) & (norm[u] > 0))
    s[u] = 0
    mean = np.asarray(R.sum(axis=1)).ravel() / np.maximum(count, 1)
    return R, s, mean


def recommend_sparse__right_ranks_in_columns(R, u, n, k):
    X, s, mean = _parts(R, u)
    seen = X[u].indices
    if not len(seen):
        count = np.bincount(X.indices, minlength=X.shape[1])
        best = np.argsort(-count, kind="stable")
        return best[count[best] > 0][:n].tolist()
    order = np.argsort(-s, kind="stable")
    order = order[s[order] > 0]
    Y = X[order].tocsc()
    Y.sort_indices()
    rank = np.arange(Y.nnz) - np.repeat(Y.indptr[:-1], np.diff(Y.indptr))
    item = np.repeat(np.arange(Y.shape[1]), np.diff(Y.indptr))
    take = rank < k
    v, item, r = order[Y.indices[take]], item[take], Y.data[take]
    top = np.bincount(item, s[v] * (r - mean[v]), Y.shape[1])
    bottom = np.bincount(item, s[v], Y.shape[1])
    pred = np.divide(top, bottom, out=np.full(len(top), -np.inf), where=bottom > 0)
    pred[seen] = -np.inf
    best = np.argsort(-pred, kind="stable")[:n]
    return [int(i) for i in best if np.isfinite(pred[i])]


def recommend_sparse__right_column_by_column(R, u, n, k):
    X, s, mean = _parts(R, u)
    seen = set(X[u].indices.tolist())
    C = X.tocsc()
    scored = []
    for i in range(C.shape[1]):
        v = C.indices[C.indptr[i] : C.indptr[i + 1]]
        r = C.data[C.indptr[i] : C.indptr[i + 1]]
        if not seen:
            if len(v):
                scored.append((-len(v), i))
            continue
        if i in seen or not len(v):
            continue
        order = np.lexsort((v, -s[v]))
        order = order[s[v][order] > 0][:k]
        if len(order):
            w = s[v[order]]
            scored.append((-float(w @ (r[order] - mean[v[order]]) / w.sum()), i))
    return [i for _, i in sorted(scored)[:n]]


def recommend_sparse__right_dictionary(R, u, n, k):
    X, s, mean = _parts(R, u)
    mine = set(X[u].indices.tolist())
    if not mine:
        return [int(i) for i, _ in Counter(X.indices.tolist()).most_common(n)]
    top, bottom, asked = Counter(), Counter(), Counter()
    for v in sorted(np.flatnonzero(s > 0).tolist(), key=lambda v: (-s[v], v)):
        for i, r in zip(
            X.indices[X.indptr[v] : X.indptr[v + 1]].tolist(), X.data[X.indptr[v] : X.indptr[v + 1]]
        ):
            if i not in mine and asked[i] < k:
                asked[i] += 1
                top[i] += s[v] * (r - mean[v])
                bottom[i] += s[v]
    return sorted(asked, key=lambda i: -top[i] / bottom[i])[:n]


def recommend_sparse__wrong_dense(R, u, n, k):
    """Makes the table dense: the right list, but 96 MB where 40 are allowed."""
    D = R.toarray().astype(float)
    return [i for i, _ in recommend__right_vectorised(D, u, n, k)]


def recommend_sparse__wrong_all_similarities(R, u, n, k):
    """Computes the similarities of all pairs of users: the right list, but far too much memory."""
    X, s, mean = _parts(R, u)
    gram = (X @ X.T).toarray()
    assert gram.shape[0] == X.shape[0]
    return recommend_sparse__right_ranks_in_columns(R, u, n, k)


def recommend_sparse__wrong_new_user_empty(R, u, n, k):
    """No fallback for a user without ratings: an empty list instead of the most rated products."""
    if R[u].nnz == 0:
        return []
    return recommend_sparse__right_ranks_in_columns(R, u, n, k)


def recommend_sparse__wrong_popular_unrated(R, u, n, k):
    """For a new user also products that nobody has rated, when n is large."""
    if R[u].nnz == 0:
        count = np.bincount(R.indices, minlength=R.shape[1])
        return np.argsort(-count, kind="stable")[:n].tolist()
    return recommend_sparse__right_ranks_in_columns(R, u, n, k)


def recommend_sparse__wrong_mean_of_whole_row(R, u, n, k):
    """R.mean(axis=1) divides by the number of all products: means near 0, so deviations are nearly the
    ratings, and strict and generous users are not told apart."""
    X, s, _ = _parts(R, u)
    mean = np.asarray(X.mean(axis=1)).ravel()
    return _list_from(X, s, mean, u, n, k)


def _list_from(X, s, mean, u, n, k, keep=lambda v: True):
    mine = set(X[u].indices.tolist())
    if not mine:
        return [int(i) for i, _ in Counter(X.indices.tolist()).most_common(n)]
    top, bottom, asked = Counter(), Counter(), Counter()
    for v in sorted(np.flatnonzero(s > 0).tolist(), key=lambda v: (-s[v], v)):
        a, b = X.indptr[v], X.indptr[v + 1]
        for i, r in zip(X.indices[a:b].tolist(), X.data[a:b]):
            if i not in mine and asked[i] < k:
                asked[i] += 1
                top[i] += s[v] * (r - mean[v])
                bottom[i] += s[v]
    return sorted(asked, key=lambda i: -top[i] / bottom[i])[:n]


def recommend_sparse__wrong_k_nearest_for_all(R, u, n, k):
    """Takes the k nearest users once, whatever they rated, instead of the k nearest raters of each
    product."""
    X, s, mean = _parts(R, u)
    far = np.argsort(-s, kind="stable")[k:]
    s = s.copy()
    s[far] = 0
    return _list_from(X, s, mean, u, n, k)


def recommend_sparse__wrong_dot_product(R, u, n, k):
    """Dot products instead of cosines: users with many ratings come first and weigh most."""
    X, _, mean = _parts(R, u)
    s = np.asarray((X @ X[u].T).todense()).ravel()
    s[u] = 0
    return _list_from(X, s, mean, u, n, k)


def recommend_sparse__wrong_not_centred(R, u, n, k):
    """Averages ratings instead of deviations from each neighbour's mean."""
    X, s, mean = _parts(R, u)
    return _list_from(X, s, np.zeros_like(mean), u, n, k)


def recommend_sparse__wrong_vote_sum(R, u, n, k):
    """Adds up the weighted deviations without dividing by the weights: products with many raters are
    favoured or punished."""
    X, s, mean = _parts(R, u)
    mine = set(X[u].indices.tolist())
    if not mine:
        return [int(i) for i, _ in Counter(X.indices.tolist()).most_common(n)]
    top, asked = Counter(), Counter()
    for v in sorted(np.flatnonzero(s > 0).tolist(), key=lambda v: (-s[v], v)):
        a, b = X.indptr[v], X.indptr[v + 1]
        for i, r in zip(X.indices[a:b].tolist(), X.data[a:b]):
            if i not in mine and asked[i] < k:
                asked[i] += 1
                top[i] += s[v] * (r - mean[v])
    return sorted(asked, key=lambda i: -top[i])[:n]


def recommend_sparse__wrong_seen_kept(R, u, n, k):
    """Does not leave out what the user has rated."""
    X, s, mean = _parts(R, u)
    if not X[u].nnz:
        return recommend_sparse__right_dictionary(R, u, n, k)
    top, bottom, asked = Counter(), Counter(), Counter()
    for v in sorted(np.flatnonzero(s > 0).tolist(), key=lambda v: (-s[v], v)):
        a, b = X.indptr[v], X.indptr[v + 1]
        for i, r in zip(X.indices[a:b].tolist(), X.data[a:b]):
            if asked[i] < k:
                asked[i] += 1
                top[i] += s[v] * (r - mean[v])
                bottom[i] += s[v]
    return sorted(asked, key=lambda i: -top[i] / bottom[i])[:n]


def recommend_sparse__wrong_zeros_for_no_prediction(R, u, n, k):
    """Products without a prediction keep a deviation of 0 (the user's mean) and are recommended before
    those below her mean."""
    X, s, mean = _parts(R, u)
    if not X[u].nnz:
        return recommend_sparse__right_dictionary(R, u, n, k)
    good = _list_from(X, s, mean, u, X.shape[1], k)
    top = dict.fromkeys(set(range(X.shape[1])) - set(X[u].indices.tolist()), 0.0)
    S = sparse.csr_matrix(X)
    for i in good:
        col = S[:, i].tocoo()
        v = sorted([a for a in col.row.tolist() if s[a] > 0], key=lambda a: (-s[a], a))[:k]
        w = s[v]
        top[i] = float(w @ [S[a, i] - mean[a] for a in v] / w.sum())
    return sorted(top, key=lambda i: -top[i])[:n]


# ---------------------------------------------------------------- 3.10 bpr_step


def bpr_step__right_numpy(U, V, triples, rate, lam):
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        slope = expit(-(p @ (a - b)))
        U[u] += rate * (slope * (a - b) - lam * p)
        V[i] += rate * (slope * p - lam * a)
        V[j] += rate * (-slope * p - lam * b)
    return U, V


def bpr_step__right_gradient(U, V, triples, rate, lam):
    U, V = np.array(U, float), np.array(V, float)
    for u, i, j in triples:
        p, a, b = U[u] + 0, V[i] + 0, V[j] + 0
        x = float(np.dot(p, a) - np.dot(p, b))
        # derivative of -ln sigmoid(x)
        d = -1 / (1 + math.exp(x)) if x < 0 else -math.exp(-x) / (1 + math.exp(-x))
        U[u] = p - rate * (d * (a - b) + lam * p)
        V[i] = a - rate * (d * p + lam * a)
        V[j] = b - rate * (-d * p + lam * b)
    return U, V


def bpr_step__right_lists(U, V, triples, rate, lam):
    P, Q = [list(map(float, r)) for r in U], [list(map(float, r)) for r in V]
    for u, i, j in triples:
        x = sum(c * (a - b) for c, a, b in zip(P[u], Q[i], Q[j]))
        g = 0.5 * (1 - math.tanh(x / 2))
        keep = 1 - rate * lam
        p, a, b = P[u], Q[i], Q[j]
        P[u] = [keep * c + rate * g * (y - z) for c, y, z in zip(p, a, b)]
        Q[i] = [keep * y + rate * g * c for c, y in zip(p, a)]
        Q[j] = [keep * z - rate * g * c for c, z in zip(p, b)]
    return np.array(P), np.array(Q)


def bpr_step__wrong_user_moved_first(U, V, triples, rate, lam):
    """Moves the user first and the products by the moved user: wrong unless the two products are equal
    before the step and lam is 0."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        a, b = V[i].copy(), V[j].copy()
        g = expit(-(U[u] @ (a - b)))
        U[u] += rate * (g * (a - b) - lam * U[u])
        V[i] += rate * (g * U[u] - lam * a)
        V[j] += rate * (-g * U[u] - lam * b)
    return U, V


def bpr_step__wrong_views(U, V, triples, rate, lam):
    """Keeps the three vectors as views instead of copies, so later lines read moved values."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u], V[i], V[j]
        g = expit(-(p @ (a - b)))
        a += rate * (g * p - lam * a)
        b += rate * (-g * p - lam * b)
        p += rate * (g * (a - b) - lam * p)
    return U, V


def bpr_step__wrong_sigmoid_of_x(U, V, triples, rate, lam):
    """Slope sigmoid(x) instead of sigmoid(-x): long steps where the order is already right; equal only
    at x = 0."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = expit(p @ (a - b))
        U[u] += rate * (g * (a - b) - lam * p)
        V[i] += rate * (g * p - lam * a)
        V[j] += rate * (-g * p - lam * b)
    return U, V


def bpr_step__wrong_ascent_of_loss(U, V, triples, rate, lam):
    """Moves up the loss instead of down (sign of the step)."""
    return bpr_step__right_numpy(U, V, triples, -rate, lam)


def bpr_step__wrong_one_batch(U, V, triples, rate, lam):
    """All triples step from the factors at the start: wrong as soon as two triples share a user or a
    product."""
    A, B = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u], V[i], V[j]
        g = expit(-(p @ (a - b)))
        A[u] += rate * (g * (a - b) - lam * p)
        B[i] += rate * (g * p - lam * a)
        B[j] += rate * (-g * p - lam * b)
    return A, B


def bpr_step__wrong_in_place(U, V, triples, rate, lam):
    """Changes the caller's U and V."""
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = expit(-(p @ (a - b)))
        U[u] += rate * (g * (a - b) - lam * p)
        V[i] += rate * (g * p - lam * a)
        V[j] += rate * (-g * p - lam * b)
    return U, V


def bpr_step__wrong_no_ridge(U, V, triples, rate, lam):
    """Ignores lam."""
    return bpr_step__right_numpy(U, V, triples, rate, 0.0)


def bpr_step__wrong_ridge_doubled(U, V, triples, rate, lam):
    """Takes 2 lam times the vector as the derivative: the one half in the loss is forgotten."""
    return bpr_step__right_numpy(U, V, triples, rate, 2 * lam)


def bpr_step__wrong_ridge_sign(U, V, triples, rate, lam):
    """Adds the ridge instead of subtracting it: the vectors grow for lam above 0."""
    return bpr_step__right_numpy(U, V, triples, rate, -lam)


def bpr_step__wrong_sampled_not_moved(U, V, triples, rate, lam):
    """Leaves the sampled product where it is."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = expit(-(p @ (a - b)))
        U[u] += rate * (g * (a - b) - lam * p)
        V[i] += rate * (g * p - lam * a)
    return U, V


def bpr_step__wrong_overflow(U, V, triples, rate, lam):
    """exp(-x) / (1 + exp(-x)) is infinite over infinite, NaN, for a difference of scores below about
    -710."""
    U, V = U.copy(), V.copy()
    with np.errstate(all="ignore"):
        for u, i, j in triples:
            p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
            e = np.exp(-(p @ (a - b)))
            g = e / (1 + e)
            U[u] += rate * (g * (a - b) - lam * p)
            V[i] += rate * (g * p - lam * a)
            V[j] += rate * (-g * p - lam * b)
    return U, V


def bpr_step__wrong_math_overflow(U, V, triples, rate, lam):
    """math.exp raises OverflowError for a difference of scores above about 710."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = 1 / (1 + math.exp(p @ (a - b)))
        U[u] += rate * (g * (a - b) - lam * p)
        V[i] += rate * (g * p - lam * a)
        V[j] += rate * (-g * p - lam * b)
    return U, V


def bpr_step__wrong_squared_sigmoid_slope(U, V, triples, rate, lam):
    """The slope of the sigmoid, s (1 - s), instead of that of its negative log."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        s = expit(p @ (a - b))
        g = s * (1 - s)
        U[u] += rate * (g * (a - b) - lam * p)
        V[i] += rate * (g * p - lam * a)
        V[j] += rate * (-g * p - lam * b)
    return U, V


# ---------------------------------------------------------------- 3.11 recommend_new_items


def _top_unseen(scores, purchases, households, n):
    scores = np.asarray(scores, float).copy()
    scores[purchases[households].toarray() > 0] = -np.inf
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]


def recommend_new_items__right_vote_of_50(purchases, households, n):
    X = sparse.csr_matrix(purchases, dtype=float).log1p()
    norm = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    Y = sparse.diags(1 / np.where(norm > 0, norm, 1)) @ X
    S = (Y[households] @ Y.T).toarray()
    S[np.arange(len(households)), households] = 0
    k = min(50, S.shape[1] - 1)
    cut = -np.partition(-S, k - 1, axis=1)[:, [k - 1]]
    S[S < cut] = 0
    popularity = np.asarray((purchases > 0).sum(axis=0)).ravel()
    return _top_unseen(
        sparse.csr_matrix(S) @ X.toarray() + 1e-9 * popularity, purchases, households, n
    )


def recommend_new_items__right_ease(purchases, households, n):
    X = (purchases > 0).astype(float).toarray()
    lam = min(1000.0, 0.4 * len(X))
    P = np.linalg.inv(X.T @ X + lam * np.eye(X.shape[1]))
    return _top_unseen((X - X @ P / np.diag(P))[households], purchases, households, n)


def recommend_new_items__wrong_most_popular(purchases, households, n):
    """The most popular new products, the same for everybody: the baseline, no points."""
    popular = np.asarray((purchases > 0).sum(axis=0)).ravel()
    return _top_unseen(np.tile(popular, (len(households), 1)), purchases, households, n)


def recommend_new_items__wrong_bought_kept(purchases, households, n):
    """Recommends what the household buys most: products it has bought are not allowed."""
    X = purchases[households].toarray()
    return np.argsort(-X, axis=1, kind="stable")[:, :n]


def recommend_new_items__wrong_rule_for_ratings(purchases, households, n):
    """Averages the neighbours' log counts over those who bought a product: it forgets how many did, and is
    far below popularity."""
    X = sparse.csr_matrix(purchases, dtype=float).log1p()
    norm = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    Y = sparse.diags(1 / np.where(norm > 0, norm, 1)) @ X
    S = (Y[households] @ Y.T).toarray()
    S[np.arange(len(households)), households] = 0
    k = min(50, S.shape[1] - 1)
    S[S < -np.partition(-S, k - 1, axis=1)[:, [k - 1]]] = 0
    W = sparse.csr_matrix(S)
    top = (W @ X).toarray()
    bottom = (W @ (X > 0).astype(float)).toarray()
    return _top_unseen(top / np.maximum(bottom, 1e-9), purchases, households, n)


def recommend_new_items__wrong_all_households(purchases, households, n):
    """Returns a row for every household of the table instead of those asked for: wrong shape, unless all
    are asked for in order."""
    return recommend_new_items__right_vote_of_50(purchases, list(range(purchases.shape[0])), n)


def recommend_new_items__wrong_random(purchases, households, n):
    """Random new products: valid, but worth next to nothing."""
    rng = np.random.default_rng(0)
    noise = rng.random((len(households), purchases.shape[1]))
    return _top_unseen(noise, purchases, households, n)


def recommend_new_items__wrong_places_among_new(purchases, households, n):
    """The numbers count places among the products the household has not bought."""
    best = recommend_new_items__right_vote_of_50(purchases, households, n)
    out = []
    for h, row in zip(households, best):
        unseen = np.flatnonzero(purchases[h].toarray().ravel() == 0)
        out.append(np.searchsorted(unseen, row))
    return np.array(out)


# ---- another hand, again from the statements alone ----


def _cosine(R):
    A = np.asarray(R, dtype=float)
    n = np.sqrt((A**2).sum(axis=1))
    n[n == 0] = 1.0
    A = A / n[:, None]
    return A @ A.T


def _predict_again(R, S, u, i, k):
    R = np.asarray(R, dtype=float)
    mine = R[u][R[u] > 0]
    if mine.size == 0:
        return math.nan
    raters = [v for v in range(len(R)) if v != u and R[v, i] > 0 and S[u][v] > 0]
    near = sorted(raters, key=lambda v: (-S[u][v], v))[:k]
    if not near:
        return math.nan
    top = sum(S[u][v] * (R[v, i] - R[v][R[v] > 0].mean()) for v in near)
    return mine.mean() + top / sum(abs(S[u][v]) for v in near)


# ---- cosine_similarity_matrix


def cosine_similarity_matrix__right_sklearn_normalize(R):
    A = normalize(np.array(R, dtype=np.float64))
    return A @ A.T


def cosine_similarity_matrix__right_double_loop(R):
    rows = [[float(v) for v in row] for row in np.asarray(R)]
    S = np.zeros((len(rows), len(rows)))
    for a, x in enumerate(rows):
        for b, y in enumerate(rows):
            norms = math.sqrt(sum(v * v for v in x)) * math.sqrt(sum(v * v for v in y))
            if norms > 0:
                S[a, b] = sum(v * w for v, w in zip(x, y)) / norms
    return S


def cosine_similarity_matrix__wrong_narrow_type(R):
    """The product is taken in the type of R: with int8 it overflows."""
    n = np.sqrt((R.astype(float) ** 2).sum(axis=1))
    n[n == 0] = 1
    return (R @ R.T) / np.outer(n, n)


def cosine_similarity_matrix__wrong_nan_for_silent(R):
    """A user without ratings is divided by a length of 0: NaN in her row and column."""
    A = np.asarray(R, float)
    with np.errstate(all="ignore"):
        A = A / np.linalg.norm(A, axis=1, keepdims=True)
    return A @ A.T


def cosine_similarity_matrix__wrong_ones_on_diagonal(R):
    """The diagonal is set to 1 for everybody: a user without ratings has 0 to herself too."""
    S = _cosine(R)
    np.fill_diagonal(S, 1.0)
    return S


def cosine_similarity_matrix__wrong_items_again(R):
    """Compares columns (products) and not rows (users): another shape unless R is square."""
    return _cosine(np.asarray(R).T)


def cosine_similarity_matrix__wrong_common_items_norm(R):
    """The norms are taken over common products only; the formula divides by the whole length of each user."""
    A = np.asarray(R, float)
    B = (A > 0).astype(float)
    q = (A**2) @ B.T
    den = np.sqrt(q * q.T)
    return np.divide(A @ A.T, den, out=np.zeros_like(den), where=den > 0)


def cosine_similarity_matrix__wrong_centred_again(R):
    """Correlation: each row's mean, zeros included, is subtracted before the cosine."""
    A = np.asarray(R, float)
    return _cosine(A - A.mean(axis=1, keepdims=True))


# ---- top_k_neighbours


def top_k_neighbours__right_heapq(S, u, k):
    row = np.asarray(S)[u]
    others = [v for v in range(row.size) if v != u and row[v] > 0]
    return np.array(heapq.nsmallest(k, others, key=lambda v: (-row[v], v)), dtype=int)


def top_k_neighbours__right_pandas_again(S, u, k):
    s = pd.Series(np.asarray(S)[u], dtype=float).drop(index=u)
    s = s[s > 0].sort_values(ascending=False, kind="stable")
    return s.index.to_numpy(dtype=int)[:k]


def top_k_neighbours__wrong_first_is_me(S, u, k):
    """[1:k+1] takes the user for the most similar one: with another diagonal or an equal twin somebody else is left out, and u may stay."""
    order = np.argsort(-S[u], kind="stable")[1 : k + 1]
    return order[S[u][order] > 0]


def top_k_neighbours__wrong_ties_reversed(S, u, k):
    """Reversing an ascending sort puts the higher number first among equals."""
    order = np.argsort(S[u], kind="stable")[::-1]
    return order[(order != u) & (S[u][order] > 0)][:k]


def top_k_neighbours__wrong_zero_included(S, u, k):
    """`>= 0`: users with a similarity of 0 are neighbours."""
    order = np.argsort(-S[u], kind="stable")
    return order[(order != u) & (S[u][order] >= 0)][:k]


def top_k_neighbours__wrong_cut_before_filter_again(S, u, k):
    """Keeps the first k first and removes u after that: one neighbour too few when u is among them."""
    order = np.argsort(-S[u], kind="stable")[:k]
    return order[(order != u) & (S[u][order] > 0)]


def top_k_neighbours__wrong_mutates(S, u, k):
    """Writes -1 on the diagonal of the caller's S, which must be left as it is."""
    S[u, u] = -1
    order = np.argsort(-S[u], kind="stable")
    return order[S[u][order] > 0][:k]


def top_k_neighbours__wrong_absolute(S, u, k):
    """Sorts by absolute similarity: users with a negative similarity are neighbours."""
    a = np.abs(np.asarray(S)[u]).astype(float)
    order = np.argsort(-a, kind="stable")
    return order[(order != u) & (a[order] > 0)][:k]


def top_k_neighbours__wrong_negative_slice(S, u, k):
    """[-k:] with k = 0 is the whole list: all neighbours instead of none; ties come out reversed too."""
    order = np.argsort(S[u], kind="stable")
    order = order[(order != u) & (S[u][order] > 0)]
    return order[-k:][::-1]


# ---- predict_rating


def predict_rating__right_pandas(R, S, u, i, k):
    ratings = pd.DataFrame(np.asarray(R, dtype=float)).replace(0.0, np.nan)
    means = ratings.mean(axis=1)
    df = pd.DataFrame({"s": np.asarray(S)[u], "d": ratings[i] - means}).drop(index=u).dropna()
    df = df[df["s"] > 0].sort_values("s", ascending=False, kind="stable").head(k)
    if df.empty:
        return float("nan")
    return float(means[u] + (df["s"] * df["d"]).sum() / df["s"].sum())


def predict_rating__right_average(R, S, u, i, k):
    R = np.ma.masked_equal(np.asarray(R, float), 0.0)
    order = [
        v
        for v in np.argsort(-np.asarray(S)[u], kind="stable")
        if v != u and S[u][v] > 0 and R[v, i] is not np.ma.masked
    ][:k]
    if R[u].count() == 0 or not order:
        return np.nan
    return float(
        R[u].mean()
        + np.average([R[v, i] - R[v].mean() for v in order], weights=np.asarray(S)[u, order])
    )


def _pred(R, S, u, i, k, mean, cand=None, cut_first=False, centre=True, weights=True, floor=0.0):
    R = np.asarray(R, float)
    S = np.asarray(S, float)
    pool = [v for v in range(len(R)) if v != u and S[u, v] > floor]
    near = sorted(pool, key=lambda v: (-S[u, v], v))
    if cut_first:
        near = near[:k]
    near = [v for v in near if R[v, i] > 0][:k]
    if not (R[u] > 0).any() or not near:
        return math.nan
    w = np.array([S[u, v] if weights else 1.0 for v in near])
    d = np.array([R[v, i] - (mean(R[v]) if centre else 0) for v in near])
    return float((mean(R[u]) if centre else 0) + w @ d / np.abs(w).sum())


def _mean_again(row):
    return row[row > 0].mean()


def predict_rating__wrong_k_nearest_then_raters(R, S, u, i, k):
    """Takes the k nearest users first, and of them those who rated i: asked are the k nearest among the raters."""
    return _pred(R, S, u, i, k, _mean_again, cut_first=True)


def predict_rating__wrong_zeros_in_mean(R, S, u, i, k):
    """Zeros (not rated) take part in the means."""
    return _pred(R, S, u, i, k, lambda row: row.mean())


def predict_rating__wrong_not_centred_again(R, S, u, i, k):
    """Weighted mean of the ratings themselves, without the users' means."""
    return _pred(R, S, u, i, k, _mean_again, centre=False)


def predict_rating__wrong_unweighted_again(R, S, u, i, k):
    """All neighbours have the same weight."""
    return _pred(R, S, u, i, k, _mean_again, weights=False)


def predict_rating__wrong_clipped_again(R, S, u, i, k):
    """Clipped to 1 to 5, which the statement excludes."""
    p = _pred(R, S, u, i, k, _mean_again)
    return p if math.isnan(p) else min(5.0, max(1.0, p))


def predict_rating__wrong_mean_without_neighbours(R, S, u, i, k):
    """Falls back on the user's mean when nobody similar rated the product; NaN is asked."""
    p = _pred(R, S, u, i, k, _mean_again)
    row = np.asarray(R, float)[u]
    return float(_mean_again(row)) if math.isnan(p) and row.any() else p


def predict_rating__wrong_own_rating_out_of_mean(R, S, u, i, k):
    """Leaves u's own rating of i out of her mean; it counts like the others (shows when she rated i)."""
    R = np.array(R, float)
    R[u, i] = 0
    return _pred(R, S, u, i, k, _mean_again)


def predict_rating__wrong_is_her_own_neighbour(R, S, u, i, k):
    """u is not left out of the neighbours: when she rated i, her own rating is asked first."""
    A = np.asarray(R, float)
    near = [v for v in np.argsort(-np.asarray(S)[u], kind="stable") if A[v, i] > 0 and S[u][v] > 0][
        :k
    ]
    if not A[u].any() or not near:
        return math.nan
    w = np.asarray(S, float)[u, near]
    return float(_mean_again(A[u]) + w @ [A[v, i] - _mean_again(A[v]) for v in near] / w.sum())


# ---- recommend


def _popular_again(R, n):
    counts = (np.asarray(R) > 0).sum(axis=0)
    order = np.argsort(-counts, kind="stable")
    return [(int(i), float(counts[i])) for i in order if counts[i] > 0][:n]


def _scored(R, u, k, S=None):
    S = _cosine(R) if S is None else S
    scores = [(i, _predict_again(R, S, u, i, k)) for i in range(np.shape(R)[1]) if not R[u][i] > 0]
    return [(i, float(p)) for i, p in scores if not math.isnan(p)]


def recommend__right_nlargest(R, u, n, k):
    R = np.array(R, dtype=float)
    if not R[u].any():
        return _popular_again(R, n)
    return heapq.nlargest(n, _scored(R, u, k), key=lambda p: p[1])


def recommend__right_series(R, u, n, k):
    R = np.asarray(R)
    if (R[u] == 0).all():
        s = pd.Series((R != 0).sum(axis=0)).astype(float)
        s = s[s > 0]
    else:
        S = _cosine(R)
        s = pd.Series([_predict_again(R, S, u, i, k) for i in range(R.shape[1])])
        s = s.where(R[u] == 0).dropna()
    return list(s.nlargest(max(n, 0)).items())


def recommend__wrong_seen_kept_again(R, u, n, k):
    """Products that the user has rated are in the list."""
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular_again(R, n)
    S = _cosine(R)
    s = [(i, _predict_again(R, S, u, i, k)) for i in range(R.shape[1])]
    return sorted([p for p in s if p[1] == p[1]], key=lambda p: -p[1])[:n]


def recommend__wrong_new_user_gets_nothing(R, u, n, k):
    """A user without ratings gets an empty list instead of the products that most users rated."""
    R = np.asarray(R, float)
    return sorted(_scored(R, u, k), key=lambda p: -p[1])[:n]


def recommend__wrong_popular_by_mean(R, u, n, k):
    """A user without ratings gets the best rated products, with their mean, instead of the most rated with their number."""
    R = np.asarray(R, float)
    if R[u].any():
        return sorted(_scored(R, u, k), key=lambda p: -p[1])[:n]
    c = (R > 0).sum(axis=0)
    s = [(i, R[:, i].sum() / c[i]) for i in range(R.shape[1]) if c[i] > 0]
    return sorted(s, key=lambda p: -p[1])[:n]


def recommend__wrong_nobody_rated_kept(R, u, n, k):
    """A user without ratings also gets products that nobody rated, with 0, when n is large."""
    R = np.asarray(R, float)
    if R[u].any():
        return sorted(_scored(R, u, k), key=lambda p: -p[1])[:n]
    c = (R > 0).sum(axis=0)
    return [(int(i), float(c[i])) for i in np.argsort(-c, kind="stable")[:n]]


def recommend__wrong_nan_sorted(R, u, n, k):
    """Products without a prediction stay in the list with NaN."""
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular_again(R, n)
    S = _cosine(R)
    p = np.array([_predict_again(R, S, u, i, k) for i in range(R.shape[1])])
    p[R[u] > 0] = -np.inf
    order = [i for i in np.argsort(-p, kind="stable") if R[u, i] == 0]
    return [(int(i), float(p[i])) for i in order[:n]]


def recommend__wrong_worst_first_again(R, u, n, k):
    """Sorted ascending: the lowest predictions are returned."""
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular_again(R, n)
    return sorted(_scored(R, u, k), key=lambda p: p[1])[:n]


def recommend__wrong_neighbours_before_product(R, u, n, k):
    """The k nearest users are fixed once for all products, not chosen among the raters of each product."""
    R = np.asarray(R, float)
    if not R[u].any():
        return _popular_again(R, n)
    S = _cosine(R)
    out = []
    for i in np.flatnonzero(R[u] == 0):
        p = _pred(R, S, u, i, k, _mean_again, cut_first=True)
        if not math.isnan(p):
            out.append((int(i), p))
    return sorted(out, key=lambda p: -p[1])[:n]


# ---- significance_weighting


def significance_weighting__right_sparse_product(S, R, least):
    B = sparse.csr_matrix((np.asarray(R) != 0).astype(np.int64))
    common = (B @ B.T).toarray()
    return np.asarray(S, float) * np.clip(common / least, None, 1)


def significance_weighting__right_sets(S, R, least):
    rated = [set(np.flatnonzero(row)) for row in np.asarray(R)]
    out = np.array(S, dtype=float)
    for a, x in enumerate(rated):
        for b, y in enumerate(rated):
            if len(x & y) < least:
                out[a, b] *= len(x & y) / least
    return out


def significance_weighting__wrong_no_cap(S, R, least):
    """The factor is not capped at 1: similarities with more common products than least are enlarged."""
    B = (np.asarray(R) > 0).astype(float)
    return S * (B @ B.T) / least


def significance_weighting__wrong_ratings_multiplied_again(S, R, least):
    """R @ R.T adds products of ratings; the number of common products is asked."""
    A = np.asarray(R, float)
    return S * np.minimum(A @ A.T, least) / least


def significance_weighting__wrong_diagonal_kept_again(S, R, least):
    """The diagonal is left as it was; it follows the same rule (shows for a user with fewer than least ratings)."""
    B = (np.asarray(R) > 0).astype(float)
    out = S * np.minimum(B @ B.T, least) / least
    np.fill_diagonal(out, np.diag(S))
    return out


def significance_weighting__wrong_all_or_nothing(S, R, least):
    """Fewer than least common products set the similarity to 0 instead of reducing it in proportion."""
    B = (np.asarray(R) > 0).astype(float)
    return np.where(B @ B.T >= least, S, 0.0)


def significance_weighting__wrong_int8_counts(S, R, least):
    """Counts in int8: more than 127 common products overflow to a negative number."""
    B = (np.asarray(R) > 0).astype(np.int8)
    return S * np.minimum(B @ B.T, least) / least


def significance_weighting__wrong_union_again(S, R, least):
    """Counts products that at least one of the two has rated, not both."""
    B = (np.asarray(R) > 0).astype(float)
    n = B.sum(axis=1)
    return S * np.minimum(n[:, None] + n[None, :] - B @ B.T, least) / least


def significance_weighting__wrong_in_place_again(S, R, least):
    """Multiplies the caller's S in place; it must be left as it is."""
    B = (np.asarray(R) > 0).astype(float)
    S *= np.minimum(B @ B.T, least) / least
    return S


# ---- bias_baseline


def bias_baseline__right_masked(R, lam):
    A = np.asarray(R, float)
    K = A > 0
    mu = A[K].mean()
    left = np.where(K, A - mu, 0.0)
    n = K.sum(axis=0) + lam
    b = np.divide(left.sum(axis=0), n, out=np.zeros(A.shape[1]), where=n > 0)
    left = np.where(K, left - b, 0.0)
    n = K.sum(axis=1) + lam
    c = np.divide(left.sum(axis=1), n, out=np.zeros(A.shape[0]), where=n > 0)
    return mu + b[None, :] + c[:, None]


def bias_baseline__right_long_table(R, lam):
    A = np.asarray(R, float)
    u, i = np.nonzero(A)
    df = pd.DataFrame({"u": u, "i": i, "r": A[u, i]})
    mu = df["r"].mean()
    df["e"] = df["r"] - mu
    g = df.groupby("i")["e"]
    bi = g.sum() / (g.size() + lam)
    df["e"] -= df["i"].map(bi)
    g = df.groupby("u")["e"]
    bu = g.sum() / (g.size() + lam)
    bi = bi.reindex(range(A.shape[1]), fill_value=0.0).to_numpy()
    bu = bu.reindex(range(A.shape[0]), fill_value=0.0).to_numpy()
    return mu + np.add.outer(bu, bi)


def _bias(R, lam, order="items", means=False, from_mu=False, fill=True):
    A = np.asarray(R, float)
    K = A > 0
    mu = A[K].mean()
    E = np.where(K, A - mu, 0.0)

    def bias(E, axis):
        n = K.sum(axis=axis)
        d = (n if means else n + lam).astype(float)
        with np.errstate(all="ignore"):
            b = E.sum(axis=axis) / d
        return np.nan_to_num(b, nan=0.0) if fill else b

    if order == "items":
        bi = bias(E, 0)
        bu = bias(E if from_mu else np.where(K, E - np.nan_to_num(bi), 0.0), 1)
    else:
        bu = bias(E, 1)
        bi = bias(np.where(K, E - np.nan_to_num(bu)[:, None], 0.0), 0)
    return mu + bi + bu[:, None]


def bias_baseline__wrong_users_first_again(R, lam):
    """Users' biases first, then the products'; the statement has the products first."""
    return _bias(R, lam, order="users")


def bias_baseline__wrong_both_from_the_mean(R, lam):
    """Users' biases are taken from the mean alone, without what the products explain."""
    return _bias(R, lam, from_mu=True)


def bias_baseline__wrong_no_shrinkage(R, lam):
    """Plain means: lam is not used."""
    return _bias(R, lam, means=True)


def bias_baseline__wrong_nan_without_ratings_again(R, lam):
    """0 / 0 with lam = 0: NaN for a product or user without ratings, where the bias is 0."""
    return _bias(R, lam, fill=False)


def bias_baseline__wrong_mean_of_product_means(R, lam):
    """The mean of all ratings is taken as the mean of the products' means."""
    A = np.asarray(R, float)
    K = A > 0
    n = K.sum(axis=0)
    mu = (A.sum(axis=0)[n > 0] / n[n > 0]).mean()
    E = np.where(K, A - mu, 0.0)
    bi = np.divide(E.sum(axis=0), n + lam, out=np.zeros(A.shape[1]), where=n + lam > 0)
    E = np.where(K, E - bi, 0.0)
    m = K.sum(axis=1) + lam
    bu = np.divide(E.sum(axis=1), m, out=np.zeros(len(A)), where=m > 0)
    return mu + bi + bu[:, None]


def bias_baseline__wrong_clipped_again(R, lam):
    """Clipped to 1 to 5, which the statement excludes."""
    return np.clip(_bias(R, lam), 1, 5)


def bias_baseline__wrong_zeros_take_part(R, lam):
    """Zeros count as ratings in the mean and in the biases."""
    A = np.asarray(R, float)
    mu = A.mean()
    bi = (A - mu).sum(axis=0) / (len(A) + lam)
    bu = (A - mu - bi).sum(axis=1) / (A.shape[1] + lam)
    return mu + bi + bu[:, None]


# ---- recommend_sparse


def _row_similarity(R, u):
    A = R.astype(float)
    norms = np.sqrt(np.asarray(A.multiply(A).sum(axis=1)).ravel())
    dots = np.asarray((A @ A[u].T).todense()).ravel()
    den = norms * norms[u]
    s = np.divide(dots, den, out=np.zeros_like(dots), where=den > 0)
    s[u] = 0
    return A, s


def _sparse_counts(R, n):
    c = np.bincount(R.indices, minlength=R.shape[1])
    return [int(i) for i in np.argsort(-c, kind="stable") if c[i] > 0][:n]


def _sparse_list(R, u, n, k, centre=True, k_first=False, seen=False):
    R = R.tocsr()
    if R[u].nnz == 0:
        return _sparse_counts(R, n)
    A, s = _row_similarity(R, u)
    near = [v for v in np.argsort(-s, kind="stable") if s[v] > 0]
    if k_first:
        near = near[:k]
    top, bottom, used = defaultdict(float), defaultdict(float), defaultdict(int)
    for v in near:
        a, b = A.indptr[v], A.indptr[v + 1]
        values = A.data[a:b]
        m = values.mean() if centre else 0.0
        for i, r in zip(A.indices[a:b].tolist(), values.tolist()):
            if used[i] < k:
                used[i] += 1
                top[i] += s[v] * (r - m)
                bottom[i] += s[v]
    mine = set() if seen else set(A.indices[A.indptr[u] : A.indptr[u + 1]].tolist())
    scores = {i: top[i] / bottom[i] for i in top if i not in mine and bottom[i] > 0}
    return sorted(scores, key=lambda i: (-scores[i], i))[:n]


def recommend_sparse__right_dictionaries(R, u, n, k):
    return _sparse_list(R, u, n, k)


def recommend_sparse__right_numpy_ranked(R, u, n, k):
    R = sparse.csr_matrix(R)
    if R.indptr[u] == R.indptr[u + 1]:
        return _sparse_counts(R, n)
    A, s = _row_similarity(R, u)
    near = np.argsort(-s, kind="stable")
    near = near[s[near] > 0]
    B = A[near].tocoo()
    sizes = np.diff(A[near].indptr)
    means = np.asarray(A[near].sum(axis=1)).ravel() / np.maximum(sizes, 1)
    df = pd.DataFrame({"v": B.row, "i": B.col, "d": B.data - means[B.row], "w": s[near][B.row]})
    df = df.sort_values("v", kind="stable").groupby("i").head(k)
    df["wd"] = df["w"] * df["d"]
    g = df.groupby("i")[["wd", "w"]].sum()
    p = (g["wd"] / g["w"]).drop(index=A[u].indices, errors="ignore")
    return p.sort_values(ascending=False, kind="stable").index[:n].tolist()


def recommend_sparse__wrong_dense_again(R, u, n, k):
    """Makes R dense and computes all similarities: right lists, but far more than 40 MB of memory."""
    A = R.toarray().astype(float)
    if not A[u].any():
        return _sparse_counts(R.tocsr(), n)
    S = _cosine(A)
    near = [v for v in np.argsort(-S[u], kind="stable") if v != u and S[u, v] > 0]
    means = A.sum(axis=1) / np.maximum((A > 0).sum(axis=1), 1)
    scores = {}
    for i in np.flatnonzero(A[u] == 0):
        raters = [v for v in near if A[v, i] > 0][:k]
        if raters:
            w = S[u, raters]
            scores[int(i)] = w @ (A[raters, i] - means[raters]) / w.sum()
    return sorted(scores, key=lambda i: -scores[i])[:n]


def recommend_sparse__wrong_k_users_once(R, u, n, k):
    """The k nearest users are chosen once, not among the raters of each product: products that none of them rated are lost."""
    return _sparse_list(R, u, n, k, k_first=True)


def recommend_sparse__wrong_not_centred_again(R, u, n, k):
    """The neighbours' ratings are averaged without subtracting their own means."""
    return _sparse_list(R, u, n, k, centre=False)


def recommend_sparse__wrong_seen_kept_again(R, u, n, k):
    """Products that the user has rated are in the list."""
    return _sparse_list(R, u, n, k, seen=True)


def recommend_sparse__wrong_sum_not_mean(R, u, n, k):
    """Adds weighted deviations without dividing by the weights: products with many raters win or lose too much."""
    R = R.tocsr()
    if R[u].nnz == 0:
        return _sparse_counts(R, n)
    A, s = _row_similarity(R, u)
    top, used = defaultdict(float), defaultdict(int)
    for v in (v for v in np.argsort(-s, kind="stable") if s[v] > 0):
        row = A[v]
        m = row.data.mean()
        for i, r in zip(row.indices.tolist(), row.data.tolist()):
            if used[i] < k:
                used[i] += 1
                top[i] += s[v] * (r - m)
    for i in A[u].indices.tolist():
        top.pop(i, None)
    return sorted(top, key=lambda i: -top[i])[:n]


def recommend_sparse__wrong_new_user_empty_again(R, u, n, k):
    """A user without ratings gets an empty list, not the products that most users rated."""
    return [] if R.tocsr()[u].nnz == 0 else _sparse_list(R, u, n, k)


# ---- bpr_step


def bpr_step__right_expit(U, V, triples, rate, lam):
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = expit(-(p @ (a - b)))
        U[u] = p + rate * (g * (a - b) - lam * p)
        V[i] = a + rate * (g * p - lam * a)
        V[j] = b + rate * (-g * p - lam * b)
    return U, V


def bpr_step__right_tanh_lists(U, V, triples, rate, lam):
    P, Q = np.asarray(U, float).tolist(), np.asarray(V, float).tolist()
    for u, i, j in triples:
        p, a, b = P[u], Q[i], Q[j]
        x = sum(z * (s - t) for z, s, t in zip(p, a, b))
        g = 0.5 * (1.0 - math.tanh(x / 2.0))
        P[u] = [z + rate * (g * (s - t) - lam * z) for z, s, t in zip(p, a, b)]
        Q[i] = [s + rate * (g * z - lam * s) for z, s in zip(p, a)]
        Q[j] = [t - rate * (g * z + lam * t) for z, t in zip(p, b)]
    return np.array(P), np.array(Q)


def bpr_step__wrong_user_moves_first(U, V, triples, rate, lam):
    """U[u] is a view and has moved before the products are moved: they use the new user factors instead of the old ones."""
    U, V = np.array(U, float), np.array(V, float)
    for u, i, j in triples:
        g = expit(-(U[u] @ (V[i] - V[j])))
        U[u] += rate * (g * (V[i] - V[j]) - lam * U[u])
        V[i] += rate * (g * U[u] - lam * V[i])
        V[j] += rate * (-g * U[u] - lam * V[j])
    return U, V


def bpr_step__wrong_in_place_again(U, V, triples, rate, lam):
    """Changes the caller's U and V."""
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = expit(-(p @ (a - b)))
        U[u] += rate * (g * (a - b) - lam * p)
        V[i] += rate * (g * p - lam * a)
        V[j] += rate * (-g * p - lam * b)
    return U, V


def bpr_step__wrong_batch(U, V, triples, rate, lam):
    """All gradients are taken at the factors of the start and added up: asked is one step after the other (shows when triples share a row)."""
    U0, V0 = np.array(U, float), np.array(V, float)
    U, V = U0.copy(), V0.copy()
    for u, i, j in triples:
        p, a, b = U0[u], V0[i], V0[j]
        g = expit(-(p @ (a - b)))
        U[u] += rate * (g * (a - b) - lam * p)
        V[i] += rate * (g * p - lam * a)
        V[j] += rate * (-g * p - lam * b)
    return U, V


def bpr_step__wrong_slope_is_sigma(U, V, triples, rate, lam):
    """The slope is sigma(x), not sigma(-x): pairs in the right order move most."""
    U, V = np.array(U, float), np.array(V, float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = expit(p @ (a - b))
        U[u] = p + rate * (g * (a - b) - lam * p)
        V[i] = a + rate * (g * p - lam * a)
        V[j] = b - rate * (g * p + lam * b)
    return U, V


def bpr_step__wrong_overflow_again(U, V, triples, rate, lam):
    """exp(x) / (1 + exp(x)) is inf / inf = NaN when a difference of scores is in the thousands."""
    U, V = np.array(U, float), np.array(V, float)
    with np.errstate(all="ignore"):
        for u, i, j in triples:
            p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
            e = np.exp(-(p @ (a - b)))
            g = e / (1 + e)
            U[u] = p + rate * (g * (a - b) - lam * p)
            V[i] = a + rate * (g * p - lam * a)
            V[j] = b - rate * (g * p + lam * b)
    return U, V


def bpr_step__wrong_double_ridge(U, V, triples, rate, lam):
    """The gradient of lam / 2 times a square is taken as 2 lam: the ridge is twice as strong."""
    return bpr_step__right_expit(U, V, triples, rate, 2 * lam)


def bpr_step__wrong_bought_not_shrunk(U, V, triples, rate, lam):
    """The ridge is applied to the user only, not to the two products."""
    U, V = np.array(U, float), np.array(V, float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = expit(-(p @ (a - b)))
        U[u] = p + rate * (g * (a - b) - lam * p)
        V[i] = a + rate * g * p
        V[j] = b - rate * g * p
    return U, V


# What each is truly told.


def _br(R, u, n, k, defect="", variant=0):
    """The recommender of 3.1, with a defect; variants are readings that its words leave open."""
    length = [math.sqrt(sum(x * x for x in row)) or 1.0 for row in R]
    s = [sum(x * y for x, y in zip(R[u], row)) / (length[u] * length[v]) for v, row in enumerate(R)]
    if defect == "dot_product_similarity":
        s = [sum(x * y for x, y in zip(R[u], row)) for row in R]
    mean = [sum(row) / max(sum(x > 0 for x in row), 1) for row in R]
    near = sorted((v for v in range(len(R)) if v != u and s[v] > 1e-12), key=lambda v: (-s[v], v))
    found = []
    for i in range(len(R[0])):
        if R[u][i] and defect != "seen_items_kept":
            continue
        who = [v for v in near if R[v][i] or defect == "missing_counts_as_zero"]
        if defect == "best_neighbour_skipped":
            who = who[1:] if variant == 0 else [v for v in who if v != near[0]]
        who = who[:k]
        if not who:
            continue
        w = [1.0 if defect == "neighbours_unweighted" else s[v] for v in who]
        if defect == "ratings_not_centred":
            found.append((i, sum(a * R[v][i] for a, v in zip(w, who)) / sum(w)))
            continue
        mu = dict(enumerate(mean))
        if defect == "missing_counts_as_zero" and variant == 1:
            mu = {v: sum(row) / len(row) for v, row in enumerate(R)}
            mu[u] = mean[u]
        found.append((i, mean[u] + sum(a * (R[v][i] - mu[v]) for a, v in zip(w, who)) / sum(w)))
    return sorted(found, key=lambda p: (-round(p[1], 9), p[0]))[:n]


def _br_differ(R, u, n, k, defect, variant=0):
    good, bad = (_br(R, u, n, k, d, variant) for d in ("", defect))
    if len(good) != len(bad):
        return True
    one, two = dict(good), dict(bad)
    if any(abs(a[1] - b[1]) > 1e-3 for a, b in zip(good, bad)):
        return True
    return set(one) != set(two) and len({round(x, 6) for x in one.values()}) == len(one)


def _br_works(R, u, n, k, defect):
    return all(_br_differ(R, u, n, k, defect, variant) for variant in (0, 1))


_BR_DEFECTS = (
    "ratings_not_centred",
    "seen_items_kept",
    "missing_counts_as_zero",
    "neighbours_unweighted",
    "best_neighbour_skipped",
    "dot_product_similarity",
)


_BR_ALL = [[5, 1, 0, 0], [5, 2, 1, 5], [1, 5, 5, 1], [1, 1, 4, 0]]


def break_recommender__right_one_table(defect):
    """One table shows every defect."""
    return [row[:] for row in _BR_ALL], 0, 4, 2


def break_recommender__right_random_search(defect):
    """Draw until the flawed list differs clearly in every reading of the defect."""
    rng = random.Random(11)
    while True:
        R = [[rng.choice((0, 0, 1, 2, 3, 4, 5)) for _ in range(6)] for _ in range(6)]
        u, n, k = rng.randrange(6), rng.randint(1, 6), rng.randint(1, 3)
        if any(R[u]) and _br_works(R, u, n, k, defect):
            return R, u, n, k


def break_recommender__right_enumeration(defect):
    """Walk through all tables of three users and three products over 0, 1, 4 and 5."""
    rows = list(itertools.product((0, 1, 4, 5), repeat=3))
    for k in (1, 2):
        for mine in ((0, 1, 5), (5, 4, 0), (4, 5, 0)):
            for one, two in itertools.product(rows, rows):
                R = [list(one), list(mine), list(two)]
                if any(one) and any(two) and _br_works(R, 1, 3, k, defect):
                    return R, 1, 3, k
    raise AssertionError(defect)


def break_recommender__right_table_for_each(defect):
    """Hand-made tables, as small as the defect allows."""
    return {
        "ratings_not_centred": ([[1, 0], [5, 5]], 0, 1, 1),
        "seen_items_kept": ([[3], [4]], 0, 1, 1),
        "missing_counts_as_zero": ([[5, 5, 0], [5, 5, 0], [5, 1, 5]], 0, 1, 1),
        "neighbours_unweighted": ([[5, 1, 0], [5, 1, 5], [1, 5, 1]], 0, 1, 2),
        "best_neighbour_skipped": ([[3, 0], [3, 5]], 0, 1, 1),
        "dot_product_similarity": ([[1, 1, 0], [1, 1, 5], [5, 5, 1]], 0, 1, 2),
    }[defect]


def _br_base(defect, **patch):
    return patch[defect] if defect in patch else break_recommender__right_one_table(defect)


def break_recommender__wrong_unweighted_one_neighbour(defect):
    """neighbours_unweighted: with k = 1 the single weight cancels."""
    return _br_base(defect, neighbours_unweighted=(_BR_ALL, 0, 4, 1))


def break_recommender__wrong_unweighted_twins(defect):
    """neighbours_unweighted: k = 2 neighbours who disagree but are equally similar."""
    R = [[3, 3, 0, 0], [5, 1, 5, 1], [1, 5, 1, 5]]
    return _br_base(defect, neighbours_unweighted=(R, 0, 4, 2))


def break_recommender__wrong_dot_equal_lengths(defect):
    """dot_product_similarity: neighbours with equal norms, so that the factor cancels."""
    R = [[5, 2, 0, 0], [5, 1, 4, 2], [1, 5, 2, 4], [4, 1, 2, 5]]
    return _br_base(defect, dot_product_similarity=(R, 0, 4, 2))


def break_recommender__wrong_dot_same_neighbour(defect):
    """dot_product_similarity: k = 1 and the longest row is also the nearest by cosine."""
    R = [[5, 1, 0], [5, 1, 2], [1, 1, 2]]
    return _br_base(defect, dot_product_similarity=(R, 0, 3, 1))


def break_recommender__wrong_equal_means_once_more(defect):
    """ratings_not_centred: every user has mean 3, so that centring changes nothing."""
    R = [[5, 1, 0, 0], [4, 1, 5, 2], [1, 5, 1, 5], [2, 4, 4, 2]]
    return _br_base(defect, ratings_not_centred=(R, 0, 4, 2))


def break_recommender__wrong_seen_below_cut(defect):
    """seen_items_kept: the rated products score below the cut at n = 2."""
    R = [[3, 3, 0, 0], [1, 1, 5, 4], [2, 1, 5, 4]]
    return _br_base(defect, seen_items_kept=(R, 0, 2, 2))


def break_recommender__wrong_missing_is_far(defect):
    """missing_counts_as_zero: who has not rated the product is less similar than the k raters."""
    R = [[5, 1, 0], [5, 1, 4], [5, 2, 2], [1, 5, 0]]
    return _br_base(defect, missing_counts_as_zero=(R, 0, 3, 2))


def break_recommender__wrong_second_says_the_same(defect):
    """best_neighbour_skipped: k = 1, and the next neighbour deviates as much from her own mean."""
    R = [[5, 1, 0], [4, 1, 4], [5, 2, 5]]
    return _br_base(defect, best_neighbour_skipped=(R, 0, 3, 1))


def break_recommender__wrong_six_points(defect):
    """dot_product_similarity: shows the defect, but by a rating of 6; ratings go from 1 to 5."""
    return _br_base(defect, dot_product_similarity=([[1, 1, 0], [1, 1, 1], [6, 1, 2]], 0, 1, 1))


def break_recommender__wrong_seven_products(defect):
    """missing_counts_as_zero: seven products, although at most six are allowed."""
    R = [[5, 5, 0, 0, 0, 0, 0], [5, 5, 0, 1, 0, 0, 3], [5, 1, 5, 0, 0, 2, 3]]
    return _br_base(defect, missing_counts_as_zero=(R, 0, 5, 1))


def _scaled(R):
    X = np.array(R, dtype=float)
    top = np.abs(X).max(axis=1, initial=0.0, keepdims=True)
    return X / np.where(top > 0, top, 1.0)


def cosine_similarity_matrix__right_unit_rows(R):
    """Rows of length 1, one product of matrices."""
    X = _scaled(R)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    X = X / np.where(length > 0, length, 1.0)
    return X @ X.T


def cosine_similarity_matrix__right_plain(R):
    """Loops over pairs with math.hypot and math.fsum."""
    rows = [[float(x) for x in row] for row in np.asarray(R).tolist()]
    length = [math.hypot(*row) for row in rows]
    S = np.zeros((len(rows), len(rows)))
    for u, v in itertools.product(range(len(rows)), repeat=2):
        if length[u] and length[v]:
            S[u, v] = math.fsum((x / length[u]) * (y / length[v]) for x, y in zip(rows[u], rows[v]))
    return S


def cosine_similarity_matrix__right_fractions(R):
    """Exact fractions; only the last square root is a float."""
    rows = [[Fraction(x) for x in row] for row in np.asarray(R).tolist()]
    S = np.zeros((len(rows),) * 2)
    for u, one in enumerate(rows):
        for v, two in enumerate(rows):
            dot = sum(x * y for x, y in zip(one, two))
            square = sum(x * x for x in one) * sum(y * y for y in two)
            if square:
                S[u, v] = math.sqrt(dot * dot / square) * (1 if dot >= 0 else -1)
    return S


def cosine_similarity_matrix__right_sparse(R):
    """A sparse diagonal matrix divides by the lengths."""
    X = sparse.csr_matrix(_scaled(R))
    length = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    inverse = np.zeros_like(length)
    np.divide(1.0, length, out=inverse, where=length > 0)
    X = sparse.diags(inverse) @ X
    return np.asarray((X @ X.T).todense())


def cosine_similarity_matrix__wrong_whole_stars(R):
    """Casts to int64 against overflow; wrong for half stars: [[0.5, 1], [1, 1]]."""
    X = np.asarray(R).astype(np.int64)
    length = np.sqrt((X * X).sum(axis=1))
    out = np.outer(length, length)
    return np.divide(X @ X.T, out, out=np.zeros(out.shape), where=out > 0)


def cosine_similarity_matrix__wrong_squares_in_int8(R):
    """Dot products in float, but squares for the lengths in the type of R: int8 [[12, 1], [1, 1]]."""
    length = np.sqrt(np.abs((R**2).sum(axis=1)).astype(float))
    X = R.astype(float)
    out = np.outer(length, length)
    return np.divide(X @ X.T, out, out=np.zeros(out.shape), where=out > 0)


def cosine_similarity_matrix__wrong_only_int8(R):
    """Converts int8 only; uint8 [[16, 1], [1, 1]] overflows."""
    X = R.astype(float) if R.dtype == np.int8 else R
    dot = X @ X.T
    length = np.sqrt(np.diag(dot).astype(float))
    out = np.outer(length, length)
    return np.divide(dot, out, out=np.zeros(out.shape), where=out > 0)


def cosine_similarity_matrix__wrong_at_least_one(R):
    """Guards the division by maximum(product of lengths, 1); wrong for [[0.5, 0], [0.5, 0.5]]."""
    X = R.astype(float)
    length = np.linalg.norm(X, axis=1)
    return X @ X.T / np.maximum(np.outer(length, length), 1.0)


def cosine_similarity_matrix__wrong_one_size_larger(R):
    """int8 goes to int16, enough for a product but not for a sum: int8 [[127, 127, 127], [1, 0, 0]]."""
    X = R.astype(np.int16) if R.dtype.itemsize == 1 else R.astype(float)
    dot = (X @ X.T).astype(float)
    length = np.sqrt(np.abs(np.diag(dot)))
    out = np.outer(length, length)
    return np.divide(dot, out, out=np.zeros(out.shape), where=out > 0)


def cosine_similarity_matrix__wrong_common_lengths(R):
    """Lengths over the common products only; wrong for [[3, 4, 5], [4, 3, 0]]."""
    X = R.astype(float)
    squares = (X**2) @ (X != 0).T
    out = np.sqrt(squares * squares.T)
    return np.divide(X @ X.T, out, out=np.zeros(out.shape), where=out > 0)


def cosine_similarity_matrix__wrong_divides_in_place(R):
    """asarray does not copy a float table, so R itself is divided: [[3.0, 4.0]]."""
    X = np.asarray(R, dtype=float)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    X /= np.where(length > 0, length, 1.0)
    return X @ X.T


def cosine_similarity_matrix__wrong_rounded_once_more(R):
    """Rounds to four digits "against noise"; wrong for [[1, 2], [2, 2]] (0.9486833)."""
    X = R.astype(float)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    X = X / np.where(length > 0, length, 1.0)
    return (X @ X.T).round(4)


def cosine_similarity_matrix__wrong_square_of_squares(R):
    """int64, but the product of two squared lengths overflows for [[100000, 1], [1, 100000]]."""
    X = R.astype(np.int64) if R.dtype.kind in "iub" else R.astype(float)
    square = (X * X).sum(axis=1)
    with np.errstate(all="ignore"):
        return np.nan_to_num(X @ X.T / np.sqrt(np.outer(square, square)))


def cosine_similarity_matrix__wrong_one_empty_user(R):
    """Repairs one empty row only; NaN for two: [[0, 0], [1, 2], [0, 0]]."""
    X = R.astype(float)
    length = np.linalg.norm(X, axis=1)
    shortest = np.argmin(length)
    if length[shortest] == 0:
        length[shortest] = 1.0
    with np.errstate(all="ignore"):
        X = X / length[:, None]
    return X @ X.T


def top_k_neighbours__right_stable(S, u, k):
    """Stable argsort, then two conditions."""
    order = np.argsort(-np.asarray(S[u], dtype=float), kind="stable")
    return order[(order != u) & (S[u][order] > 0)][:k]


def top_k_neighbours__right_sorted_once_more(S, u, k):
    """Python's sort of the candidates, with a key of two parts."""
    row = S[u].tolist()
    who = [v for v in range(len(row)) if v != u and row[v] > 0]
    return np.array(sorted(who, key=lambda v: (-row[v], v))[:k], dtype=int)


def top_k_neighbours__right_heap_once_more(S, u, k):
    """A heap of pairs."""
    heap = [(-float(s), v) for v, s in enumerate(S[u]) if v != u and s > 0]
    heapq.heapify(heap)
    return np.fromiter((heapq.heappop(heap)[1] for _ in range(min(k, len(heap)))), dtype=int)


def top_k_neighbours__right_repeated_maximum(S, u, k):
    """k times the first maximum of a copy."""
    row = np.array(S[u], dtype=float)
    row[u] = -1.0
    found = np.empty(0, dtype=np.intp)
    while len(found) < k and row.max() > 0:
        best = row.argmax()
        found = np.append(found, best)
        row[best] = -1.0
    return found


def top_k_neighbours__wrong_unstable(S, u, k):
    """The default sort is not stable: wrong for 40 equal users."""
    order = np.argsort(-S[u])
    return order[(order != u) & (S[u][order] > 0)][:k]


def top_k_neighbours__wrong_one_too_many(S, u, k):
    """Keeps k + 1 and then drops u; if the diagonal is 0, k + 1 users remain."""
    order = np.argsort(-S[u], kind="stable")[: k + 1]
    return order[(order != u) & (S[u][order] > 0)]


def top_k_neighbours__wrong_diagonal_written_once_more(S, u, k):
    """Sets S[u, u] in the table of the caller."""
    S[u, u] = 0
    order = np.argsort(-S[u], kind="stable")
    return order[S[u][order] > 0][:k]


def top_k_neighbours__wrong_below_one(S, u, k):
    """Recognises u by a similarity of 1: drops other users with 1, and keeps u at 0.5."""
    order = np.argsort(-S[u], kind="stable")
    near = S[u][order]
    return order[(near > 0) & (near < 1)][:k]


def top_k_neighbours__wrong_close_to_zero(S, u, k):
    """isclose to 0 counts as 0: drops a user with similarity 1e-9."""
    order = np.argsort(-S[u], kind="stable")
    near = S[u][order]
    return order[(order != u) & (near > 0) & ~np.isclose(near, 0)][:k]


def top_k_neighbours__wrong_rounded(S, u, k):
    """Sorts by similarities rounded to 6 digits: 0.5 before 0.5 + 1e-8."""
    order = np.argsort(-S[u].round(6), kind="stable")
    return order[(order != u) & (S[u][order] > 0)][:k]


def top_k_neighbours__wrong_partition(S, u, k):
    """argpartition before the sort: of users tied at place k it keeps any; many equal users."""
    row = S[u].astype(float)
    row[u] = -np.inf
    k = min(k, len(row))
    top = np.sort(np.argpartition(-row, k - 1)[:k]) if k else np.empty(0, dtype=int)
    top = top[np.argsort(-row[top], kind="stable")]
    return top[row[top] > 0]


def top_k_neighbours__wrong_from_the_end(S, u, k):
    """[-k:] of the ascending order: with k = 0 everybody comes back."""
    row = S[u]
    order = np.lexsort((-np.arange(len(row)), row))
    order = order[(order != u) & (row[order] > 0)]
    return order[-k:][::-1]


def top_k_neighbours__wrong_negative_takes_place(S, u, k):
    """Takes the k strongest by amount and then drops the negative: similarities -0.9, 0.1, k = 1."""
    order = np.argsort(-np.abs(S[u]), kind="stable")
    order = order[order != u][:k]
    return order[S[u][order] > 0]


def _mean_rating(R):
    rated = np.asarray(R) != 0
    n = rated.sum(axis=1)
    return np.where(n > 0, np.asarray(R, dtype=float).sum(axis=1) / np.maximum(n, 1), np.nan)


def predict_rating__right_vectorised(R, S, u, i, k):
    """Masks and a stable argsort."""
    mean = _mean_rating(R)
    who = np.flatnonzero((R[:, i] != 0) & (S[u] > 0) & (np.arange(len(R)) != u))
    who = who[np.argsort(-S[u, who], kind="stable")][:k]
    if not R[u].any() or not len(who):
        return float("nan")
    w = S[u, who]
    return float(mean[u] + w @ (R[who, i] - mean[who]) / w.sum())


def predict_rating__right_plain(R, S, u, i, k):
    """Lists and loops."""

    def mean(v):
        own = [float(x) for x in R[v] if x != 0]
        return math.fsum(own) / len(own) if own else math.nan

    raters = [(-float(S[u, v]), v) for v in range(len(R)) if v != u and R[v, i] != 0]
    raters = sorted(pair for pair in raters if pair[0] < 0)[:k]
    if not raters:
        return math.nan
    up = math.fsum(-s * (float(R[v, i]) - mean(v)) for s, v in raters)
    return mean(u) + up / math.fsum(-s for s, _ in raters)


def predict_rating__right_fractions(R, S, u, i, k):
    """Exact arithmetic to the end."""

    def mean(v):
        own = [Fraction(x) for x in R[v].tolist() if x]
        return sum(own) / len(own) if own else None

    row = S[u].tolist()
    heap = [(-row[v], v) for v in range(len(R)) if v != u and R[v, i] and row[v] > 0]
    near = heapq.nsmallest(k, heap)
    if mean(u) is None or not near:
        return np.nan
    up = sum(Fraction(-s) * (Fraction(R[v, i].item()) - mean(v)) for s, v in near)
    return float(mean(u) + up / sum(Fraction(-s) for s, _ in near))


def predict_rating__right_frame(R, S, u, i, k):
    """pandas: a row for each user."""
    table = pd.DataFrame(R, dtype=float)
    table = table.where(table != 0)
    users = pd.DataFrame({"s": S[u], "r": table[i], "mean": table.mean(axis=1)}).drop(index=u)
    users = users[users["s"] > 0].dropna().sort_values("s", ascending=False, kind="stable").head(k)
    if users.empty:
        return float("nan")
    return float(table.loc[u].mean() + np.average(users["r"] - users["mean"], weights=users["s"]))


def predict_rating__wrong_own_rating_left_out(R, S, u, i, k):
    """Leaves the rating of i out of the mean of u; R = [[5, 1], [3, 1]], i = 0."""
    R = R.copy()
    R[u, i] = 0
    return predict_rating__right_vectorised(R, S, u, i, k)


def predict_rating__wrong_user_takes_a_place(R, S, u, i, k):
    """Drops u after the first k raters; if u has rated i, only k - 1 are left (k = 1: NaN)."""
    mean = _mean_rating(R)
    who = np.flatnonzero((R[:, i] != 0) & (S[u] > 0))
    who = who[np.argsort(-S[u, who], kind="stable")][:k]
    who = who[who != u]
    if not R[u].any() or not len(who):
        return float("nan")
    w = S[u, who]
    return float(mean[u] + w @ (R[who, i] - mean[who]) / w.sum())


def predict_rating__wrong_negative_neighbours_once_more(R, S, u, i, k):
    """The absolute value below the line suggests negative neighbours: they fill up to k here."""
    mean = _mean_rating(R)
    who = np.flatnonzero((R[:, i] != 0) & (S[u] != 0) & (np.arange(len(R)) != u))
    who = who[np.argsort(-S[u, who], kind="stable")][:k]
    if not R[u].any() or not len(who):
        return float("nan")
    w = S[u, who]
    return float(mean[u] + w @ (R[who, i] - mean[who]) / np.abs(w).sum())


def predict_rating__wrong_denominator_of_all(R, S, u, i, k):
    """Divides by the similarities of all raters, not of the k nearest; three raters, k = 1."""
    mean = _mean_rating(R)
    who = np.flatnonzero((R[:, i] != 0) & (S[u] > 0) & (np.arange(len(R)) != u))
    total = S[u, who].sum()
    who = who[np.argsort(-S[u, who], kind="stable")][:k]
    if not R[u].any() or not len(who):
        return float("nan")
    return float(mean[u] + S[u, who] @ (R[who, i] - mean[who]) / total)


def predict_rating__wrong_falls_back_on_mean(R, S, u, i, k):
    """The mean of u instead of NaN if nobody similar rated i; R = [[3, 0], [2, 0]]."""
    found = predict_rating__right_vectorised(R, S, u, i, k)
    return float(_mean_rating(R)[u]) if math.isnan(found) else found


def predict_rating__wrong_empty_user_mean_zero(R, S, u, i, k):
    """A user without ratings has mean 0 and gets a prediction; R = [[0, 0], [5, 1]], S of ones."""
    mean = np.nan_to_num(_mean_rating(R))
    who = np.flatnonzero((R[:, i] != 0) & (S[u] > 0) & (np.arange(len(R)) != u))
    who = who[np.argsort(-S[u, who], kind="stable")][:k]
    if not len(who):
        return float("nan")
    w = S[u, who]
    return float(mean[u] + w @ (R[who, i] - mean[who]) / w.sum())


def predict_rating__wrong_tie_to_lowest_deviation(R, S, u, i, k):
    """Sorts pairs (-similarity, deviation): equal users come by deviation, not by number.

    R = [[3, 0], [1, 5], [5, 1]], S of ones, u = 0, i = 1, k = 1: 1 instead of 5.
    """
    mean = _mean_rating(R)
    pairs = sorted(
        (-S[u, v], R[v, i] - mean[v])
        for v in range(len(R))
        if v != u and R[v, i] != 0 and S[u, v] > 0
    )[:k]
    if not R[u].any() or not pairs:
        return float("nan")
    return float(mean[u] + sum(s * d for s, d in pairs) / sum(s for s, _ in pairs))


def predict_rating__wrong_tie_to_higher_number(R, S, u, i, k):
    """sorted(..., reverse=True) turns the numbers round as well; S of ones, k = 1, two raters."""
    mean = _mean_rating(R)
    pairs = [(S[u, v], v) for v in range(len(R)) if v != u and R[v, i] != 0 and S[u, v] > 0]
    pairs = sorted(pairs, reverse=True)[:k]
    if not R[u].any() or not pairs:
        return float("nan")
    return float(
        mean[u] + sum(s * (R[v, i] - mean[v]) for s, v in pairs) / sum(s for s, _ in pairs)
    )


def predict_rating__wrong_half_star_unrated(R, S, u, i, k):
    """Counts R >= 1 as rated; a rating of 0.5 is lost."""
    return predict_rating__right_vectorised(np.where(R >= 1, R, 0), S, u, i, k)


def predict_rating__wrong_all_at_the_threshold(R, S, u, i, k):
    """Takes everybody at least as similar as the k-th: more than k with ties; S of ones, k = 1."""
    mean = _mean_rating(R)
    who = np.flatnonzero((R[:, i] != 0) & (S[u] > 0) & (np.arange(len(R)) != u))
    if not R[u].any() or not len(who):
        return float("nan")
    least = np.sort(S[u, who])[::-1][:k][-1]
    who = who[S[u, who] >= least]
    w = S[u, who]
    return float(mean[u] + w @ (R[who, i] - mean[who]) / w.sum())


def _more_popular(R, n):
    counts = (np.asarray(R) != 0).sum(axis=0)
    order = np.argsort(-counts, kind="stable")
    return [(int(i), float(counts[i])) for i in order if counts[i] > 0][:n]


def _more_scores(R, u, k):
    S = cosine_similarity_matrix__right_unit_rows(R)
    free = np.flatnonzero(np.asarray(R)[u] == 0)
    pairs = [(int(i), predict_rating__right_vectorised(R, S, u, i, k)) for i in free]
    return [(i, s) for i, s in pairs if not math.isnan(s)]


def recommend__right_composed_once_more(R, u, n, k):
    """The functions before, composed."""
    if not R[u].any():
        return _more_popular(R, n)
    return sorted(_more_scores(R, u, k), key=lambda pair: -pair[1])[:n]


def recommend__right_heap_high_numbers_first(R, u, n, k):
    """heapq.nlargest; of equal products the higher number comes first."""
    R = np.array(R, dtype=float)
    if not R[u].any():
        counts = [(float(np.count_nonzero(column)), i) for i, column in enumerate(R.T)]
        return [(i, c) for c, i in heapq.nlargest(n, counts) if c]
    return [(i, s) for s, i in heapq.nlargest(n, [(s, i) for i, s in _more_scores(R, u, k)])]


def recommend__right_plain(R, u, n, k):
    """No numpy arithmetic: dictionaries of ratings, similarities by math.sqrt."""
    rows = [{i: float(x) for i, x in enumerate(row) if x} for row in np.asarray(R).tolist()]
    if not rows[u]:
        count = defaultdict(int)
        for row in rows:
            for i in row:
                count[i] += 1
        return sorted(((i, float(c)) for i, c in count.items()), key=lambda p: (-p[1], p[0]))[:n]
    length = [math.sqrt(math.fsum(x * x for x in row.values())) for row in rows]
    mean = [math.fsum(row.values()) / len(row) if row else 0.0 for row in rows]
    near = []
    for v, row in enumerate(rows):
        dot = math.fsum(x * rows[u][i] for i, x in row.items() if i in rows[u])
        if v != u and dot > 0:
            near.append((-dot / length[u] / length[v], v))
    near.sort(key=lambda pair: (round(pair[0], 12), pair[1]))
    says = defaultdict(list)
    for s, v in near:
        for i, x in rows[v].items():
            if i not in rows[u] and len(says[i]) < k:
                says[i].append((-s, x - mean[v]))
    found = [
        (i, mean[u] + math.fsum(s * d for s, d in said) / math.fsum(s for s, _ in said))
        for i, said in says.items()
        if said
    ]
    return sorted(found, key=lambda pair: pair[1], reverse=True)[:n]


def recommend__right_cumulated_weights(R, u, n, k):
    """All products at once: raters in order of similarity, a running count stops at k."""
    X = np.array(R, dtype=float)
    rated = X != 0
    if not rated[u].any():
        counts = pd.Series(rated.sum(axis=0)).sort_values(ascending=False).iloc[: max(n, 0)]
        return [(int(i), float(c)) for i, c in counts[counts > 0].items()]
    s = cosine_similarity_matrix__right_unit_rows(X)[u]
    order = np.argsort(-s, kind="stable")
    order = order[(order != u) & (s[order] > 0)]
    use = rated[order] & (rated[order].cumsum(axis=0) <= k)
    mean = X.sum(axis=1) / np.maximum(rated.sum(axis=1), 1)
    w = use * s[order, None]
    total = w.sum(axis=0)
    score = mean[u] + (w * (X[order] - mean[order, None])).sum(axis=0) / np.where(total, total, 1)
    score[(total == 0) | rated[u]] = -np.inf
    best = np.argsort(score)[::-1][: max(n, 0)]
    return [(int(i), float(score[i])) for i in best if score[i] > -np.inf]


def recommend__wrong_nobody_rated(R, u, n, k):
    """A user without ratings also gets products that nobody rated; R = [[0, 0], [0, 4]], n = 2."""
    if not R[u].any():
        counts = (R != 0).sum(axis=0)
        return [(int(i), float(counts[i])) for i in np.argsort(-counts, kind="stable")[:n]]
    return recommend__right_composed_once_more(R, u, n, k)


def recommend__wrong_cut_before_sort_once_more(R, u, n, k):
    """Keeps the first n products that have a prediction, and sorts those; n = 1."""
    if not R[u].any():
        return _more_popular(R, n)
    return sorted(_more_scores(R, u, k)[:n], key=lambda pair: -pair[1])


def recommend__wrong_only_positive(R, u, n, k):
    """Recognises a prediction by score > 0; R = [[1, 0], [5, 1]] predicts -1."""
    return [(i, s) for i, s in recommend__right_composed_once_more(R, u, n, k) if s > 0]


def recommend__wrong_equal_users_turned(R, u, n, k):
    """Ascending argsort, reversed: of equally similar users the higher number is asked; twins, k = 1."""
    if not R[u].any():
        return _more_popular(R, n)
    X, mean, found = R.astype(float), _mean_rating(R), []
    s = cosine_similarity_matrix__right_unit_rows(R)[u]
    order = [v for v in np.argsort(s, kind="stable")[::-1] if v != u and s[v] > 0]
    for i in np.flatnonzero(R[u] == 0):
        who = [v for v in order if R[v, i]][:k]
        if who:
            found.append((int(i), float(mean[u] + s[who] @ (X[who, i] - mean[who]) / s[who].sum())))
    return sorted(found, key=lambda pair: -pair[1])[:n]


def recommend__wrong_table_written(R, u, n, k):
    """Puts NaN into a float table of the caller for unrated products."""
    X = np.asarray(R, dtype=float)
    answer = recommend__right_composed_once_more(X.copy(), u, n, k)
    X[X == 0] = np.nan
    return answer


def recommend__wrong_filled_with_the_mean(R, u, n, k):
    """Fills the list up to n with products without prediction, at the mean of u."""
    if not R[u].any():
        return _more_popular(R, n)
    found = _more_scores(R, u, k)
    known = {i for i, _ in found}
    rest = [
        (int(i), float(_mean_rating(R)[u])) for i in np.flatnonzero(R[u] == 0) if i not in known
    ]
    return (sorted(found, key=lambda pair: -pair[1]) + rest)[:n]


def recommend__wrong_one_product_for_each_score(R, u, n, k):
    """A dictionary from score to product: of products with equal scores one is left."""
    by_score = {s: i for i, s in recommend__right_composed_once_more(R, u, R.shape[1], k)}
    return [(i, s) for s, i in by_score.items()][:n]


def recommend__wrong_neighbours_of_all_products(R, u, n, k):
    """The k nearest are those who rated *any* product that u has not, the same k for each."""
    if not R[u].any():
        return _more_popular(R, n)
    s = cosine_similarity_matrix__right_unit_rows(R)[u].copy()
    free = R[u] == 0
    s[~(R[:, free] != 0).any(axis=1)] = 0
    s[u] = 0
    order = np.argsort(-s, kind="stable")
    s[order[k:]] = 0
    S = np.tile(s, (len(R), 1))
    pairs = [
        (int(i), predict_rating__right_vectorised(R, S, u, i, k)) for i in np.flatnonzero(free)
    ]
    return sorted((p for p in pairs if p[1] == p[1]), key=lambda p: -p[1])[:n]


def recommend__wrong_popular_if_no_prediction(R, u, n, k):
    """Without any prediction falls back on popular products; R = [[3, 0], [0, 4]]."""
    found = recommend__right_composed_once_more(R, u, n, k)
    if found:
        return found
    return [(i, c) for i, c in _more_popular(R, R.shape[1]) if R[u, i] == 0][:n]


def recommend__wrong_whole_stars(R, u, n, k):
    """Casts to int8 to save memory; half stars are cut off."""
    return recommend__right_composed_once_more(R.astype(np.int8), u, n, k)


def _kc_all(R, u, k):
    """Score of every product that may be on the list."""
    return dict(_more_popular(R, R.shape[1])) if not R[u].any() else dict(_more_scores(R, u, k))


def _kc_clear(R):
    """Similarities of different rows are not equal by chance; equal rows may be equally similar."""
    S = cosine_similarity_matrix__right_unit_rows(R)
    for row in S:
        for v, w in itertools.combinations(range(len(R)), 2):
            if 0 < abs(row[v]) and abs(row[v] - row[w]) < 1e-9 and (R[v] != R[w]).any():
                return False
    return True


def _kc_table(rng, empty=True, users=7, items=8):
    while True:
        R = rng.integers(1, 6, (users, items)) * (rng.random((users, items)) < 0.5)
        if empty:
            R[-1] = 0
        if _kc_clear(R):
            return R


def _kc_fits(got, R, u, n, k, tolerance=1e-6):
    scores = _kc_all(R, u, k)
    best = sorted(scores.values(), reverse=True)[:n]
    if len(got) != len(best) or len({int(p[0]) for p in got}) != len(got):
        return False
    for (item, score), want in zip(got, best):
        if int(item) not in scores or abs(score - scores[int(item)]) > tolerance:
            return False
        if abs(score - want) > tolerance:
            return False
    return True


def _kc_twins():
    """Neighbours of equal similarity who differ in a product that u has not rated."""
    return np.array([[5, 0, 0, 2, 0], [4, 5, 1, 3, 0], [4, 1, 5, 3, 0], [0, 0, 0, 0, 3]])


def kill_cf__right_random_tables(fn):
    """Random tables against an own implementation, tables before and after compared."""
    rng = np.random.default_rng(5)
    for trial in range(15):
        R = _kc_table(rng)
        for u in range(len(R)):
            n, k = int(rng.integers(1, 10)), int(rng.integers(1, 5))
            for X in (R, R.astype(float)):
                given = X.copy()
                got = list(fn(given, u, n, k))
                if not np.array_equal(given, X) or not _kc_fits(got, R, u, n, k):
                    return False
    for k in (1, 2, 3):
        if not _kc_fits(fn(_kc_twins(), 0, 5, k), _kc_twins(), 0, 5, k):
            return False
    low = np.array([[1, 1, 0, 0], [5, 4, 1, 0], [1, 2, 5, 0], [0, 0, 0, 2]])
    return all(_kc_fits(fn(low.copy(), 0, n, 1), low, 0, n, 1) for n in (1, 2, 4))


def kill_cf__right_cases(fn):
    """Chosen tables, each for one or two slips; any exception is a no."""
    toy = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    cold = np.array([[0, 0, 0, 0, 0], [4, 0, 5, 0, 0], [0, 0, 3, 0, 1], [5, 0, 1, 0, 0]])
    wide = np.array(
        [
            [5, 4, 0, 0, 0, 0, 0, 1],
            [5, 5, 1, 0, 4, 0, 0, 1],
            [4, 5, 0, 5, 2, 0, 0, 0],
            [1, 0, 5, 1, 0, 0, 2, 5],
            [0, 0, 3, 0, 0, 4, 5, 0],
            [2, 1, 5, 5, 1, 0, 3, 3],
        ]
    )
    high = np.array([[5, 5, 0, 0], [1, 1, 5, 1], [1, 2, 1, 5], [0, 0, 5, 0]])
    low = np.array([[1, 1, 0, 0], [5, 5, 1, 0], [5, 4, 5, 0]])
    tables = (toy, cold, wide, wide.T.copy(), high, low, _kc_twins(), np.array([[3, 0], [0, 4]]))
    try:
        for R in tables:
            for u, n, k in itertools.product(range(len(R)), (1, 2, 9), (1, 2, 9)):
                given = R.astype(float)
                if not _kc_clear(R) and R is not tables[6]:
                    continue
                if not _kc_fits(fn(given, u, n, k), R, u, n, k) or (given != R).any():
                    return False
    except Exception:
        return False
    return True


def kill_cf__right_whole_list_then_prefix(fn):
    """The whole list is compared as a dictionary; a shorter list must have its scores on top."""
    rng = np.random.default_rng(9)
    tables = [_kc_table(rng, empty=t % 2 == 0, users=6, items=7) for t in range(5)]
    for R in [*tables, _kc_twins()]:
        for u in range(len(R)):
            for k in (1, 2, 6):
                copy = R.astype(float)
                pairs = [tuple(p) for p in fn(copy, u, 50, k)]
                want = _kc_all(R, u, k)
                if {int(i) for i, _ in pairs} != set(want) or len(pairs) != len(want):
                    return False
                if any(not math.isclose(s, want[int(i)], abs_tol=1e-7) for i, s in pairs):
                    return False
                values = [float(s) for _, s in pairs]
                if any(a < b - 1e-7 for a, b in zip(values, values[1:])):
                    return False
                for n in (1, 2):
                    short = list(fn(copy, u, n, k))
                    if len(short) != len(values[:n]):
                        return False
                    if not np.allclose([float(s) for _, s in short], values[:n]):
                        return False
                    if any(abs(want[int(i)] - s) > 1e-7 for i, s in short):
                        return False
                if not np.array_equal(copy, R):
                    return False
    return True


def kill_cf__right_vote_of_two(fn):
    """Two own implementations must agree on a case before it is used for the verdict."""
    rng = random.Random(3)
    used = 0
    while used < 250:
        users, items = rng.randint(2, 6), rng.randint(2, 7)
        R = np.array(
            [[rng.choice((0, 0, 1, 2, 3, 4, 5)) for _ in range(items)] for _ in range(users)]
        )
        u, n, k = rng.randrange(users), rng.randint(1, items + 1), rng.randint(1, users)
        if rng.random() < 0.15:
            R[u] = 0
        if not _kc_clear(R):
            continue
        one = recommend__right_plain(R, u, items, k)
        if not _kc_fits(one, R, u, items, k):
            continue
        used += 1
        given = R.astype(rng.choice((int, float)))
        try:
            got = [(int(i), float(s)) for i, s in fn(given, u, n, k)]
        except (TypeError, ValueError, IndexError, KeyError, ZeroDivisionError):
            return False
        if not _kc_fits(got, R, u, n, k) or (given != R).any():
            return False
    return _kc_fits(fn(_kc_twins(), 0, 5, 1), _kc_twins(), 0, 5, 1)


def kill_cf__wrong_exact_floats_once_more(fn):
    """Compares scores with ==; refuses a right answer that sums in another order."""
    rng = np.random.default_rng(5)
    for _ in range(30):
        R = _kc_table(rng)
        for u in range(len(R)):
            want = _kc_all(R, u, 3)
            if {int(i): float(s) for i, s in fn(R.copy(), u, 99, 3)} != want:
                return False
            if not _kc_fits(fn(R.copy(), u, 2, 1), R, u, 2, 1):
                return False
    return True


def kill_cf__wrong_tenth_digit(fn):
    """Tolerance 1e-10; refuses scores that differ in the ninth digit."""
    rng = np.random.default_rng(5)
    for _ in range(10):
        R = _kc_table(rng)
        for u, k in itertools.product(range(len(R)), (1, 2, 5)):
            given = R.astype(float)
            if not _kc_fits(fn(given, u, 4, k), R, u, 4, k, 1e-10) or (given != R).any():
                return False
    return _kc_fits(fn(_kc_twins(), 0, 5, 1), _kc_twins(), 0, 5, 1)


def kill_cf__wrong_order_of_equal(fn):
    """Wants the own order of products, those with equal scores included."""
    rng = np.random.default_rng(5)
    for _ in range(30):
        R = _kc_table(rng)
        for u, k in itertools.product(range(len(R)), (1, 2, 5)):
            got, want = fn(R.copy(), u, 4, k), recommend__right_composed_once_more(R, u, 4, k)
            if [int(i) for i, _ in got] != [i for i, _ in want]:
                return False
            if not np.allclose([s for _, s in got], [s for _, s in want]):
                return False
    return _kc_fits(fn(_kc_twins(), 0, 5, 1), _kc_twins(), 0, 5, 1)


def kill_cf__wrong_equal_at_the_cut(fn):
    """Ignores the order, but wants the same *set* of n products, also if equal scores are cut."""
    rng = np.random.default_rng(5)
    for _ in range(10):
        R = _kc_table(rng)
        for u, k, n in itertools.product(range(len(R)), (1, 2, 5), (1, 2, 3, 9)):
            got, want = (
                dict(fn(R.copy(), u, n, k)),
                dict(recommend__right_composed_once_more(R, u, n, k)),
            )
            if {int(i) for i in got} != set(want):
                return False
            if not all(math.isclose(got[i], want[i], abs_tol=1e-7) for i in want):
                return False
    return _kc_fits(fn(_kc_twins(), 0, 5, 1), _kc_twins(), 0, 5, 1)


def kill_cf__wrong_wants_tuples(fn):
    """Refuses [product, score] instead of (product, score)."""
    return kill_cf__right_cases(fn) and all(
        isinstance(pair, tuple) for pair in fn(_kc_twins(), 0, 5, 1)
    )


def kill_cf__wrong_strictly_falling(fn):
    """Wants every score below the one before; refuses equal scores."""
    rng = np.random.default_rng(5)
    for _ in range(30):
        R = _kc_table(rng)
        for u, k in itertools.product(range(len(R)), (1, 2, 5)):
            got = [(int(i), float(s)) for i, s in fn(R.copy(), u, 9, k)]
            if any(a[1] <= b[1] for a, b in zip(got, got[1:])):
                return False
            if not _kc_fits(got, R, u, 9, k):
                return False
    return _kc_fits(fn(_kc_twins(), 0, 5, 1), _kc_twins(), 0, 5, 1)


def kill_cf__wrong_list_of_lists_once_more(fn):
    """Passes R as a list of lists; a right answer that needs an ndarray fails."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        R = _kc_table(rng)
        for u, k in itertools.product(range(len(R)), (1, 2, 5)):
            if not _kc_fits(recommend__right_composed_once_more(R, u, 4, k), R, u, 4, k):
                return False
            try:
                if not _kc_fits(fn(R.tolist(), u, 4, k), R, u, 4, k):
                    return False
            except Exception:
                return False
    return True


def kill_cf__wrong_toy_only(fn):
    """The four users of the toy table only: no cold user, one free product each, one rater."""
    toy = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    return all(
        _kc_fits(fn(toy.copy(), u, n, k), toy, u, n, k)
        for u, n, k in itertools.product(range(4), (1, 5), (2, 4))
    )


def kill_cf__wrong_set_of_products(fn):
    """Compares which products are on the whole list; scores and order stay unseen."""
    rng = np.random.default_rng(5)
    for _ in range(10):
        R = _kc_table(rng)
        for u, k in itertools.product(range(len(R)), (1, 2, 5)):
            if {int(p[0]) for p in fn(R.copy(), u, 50, k)} != set(_kc_all(R, u, k)):
                return False
    return True


def kill_cf__wrong_new_users_only(fn):
    """Users without ratings only (and that the toy list is not empty): no neighbour is ever asked."""
    toy = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    if not fn(toy, 0, 5, 2):
        return False
    rng = np.random.default_rng(5)
    for _ in range(40):
        R = _kc_table(rng)
        n = int(rng.integers(1, 10))
        if not _kc_fits(fn(R.copy(), len(R) - 1, n, 2), R, len(R) - 1, n, 2):
            return False
    return True


def significance_weighting__right_minimum_once_more(S, R, least):
    """Counts by a product of float matrices."""
    rated = (np.asarray(R) != 0).astype(float)
    return np.asarray(S, dtype=float) * np.minimum(rated @ rated.T / least, 1.0)


def significance_weighting__right_sets_once_more(S, R, least):
    """Sets of products, a loop over pairs."""
    mine = [set(np.flatnonzero(row)) for row in np.asarray(R)]
    out = np.array(S, dtype=float)
    for u, one in enumerate(mine):
        for v, two in enumerate(mine):
            if len(one & two) < least:
                out[u, v] *= len(one & two) / least
    return out


def significance_weighting__right_bits(S, R, least):
    """A whole number whose bits are the products; exact fractions."""
    bits = [sum(1 << i for i, x in enumerate(row) if x) for row in np.asarray(R).tolist()]
    rows = np.asarray(S, dtype=float).tolist()
    out = [
        [
            float(Fraction(s) * min(Fraction((a & b).bit_count(), least), 1))
            for s, b in zip(row, bits)
        ]
        for row, a in zip(rows, bits)
    ]
    return np.array(out).reshape(np.shape(S))


def significance_weighting__right_by_product(S, R, least):
    """Adds up product after product, and stops counting at least."""
    count = np.zeros(np.shape(S), dtype=np.int64)
    for column in np.asarray(R).T:
        raters = np.flatnonzero(column)
        count[np.ix_(raters, raters)] += 1
    out = np.array(S, dtype=np.float64)
    few = count < least
    out[few] = out[few] * count[few] / least
    return out


def significance_weighting__wrong_uint8_counts(S, R, least):
    """Counts in uint8: 256 common products are 0."""
    rated = (R != 0).astype(np.uint8)
    return S * np.minimum((rated @ rated.T) / least, 1.0)


def significance_weighting__wrong_sign_keeps_type(S, R, least):
    """np.sign keeps int8: 130 common products are negative."""
    rated = np.sign(R)
    return S * np.minimum((rated @ rated.T) / least, 1.0)


def significance_weighting__wrong_written_into_s(S, R, least):
    """asarray does not copy S, and *= writes into it."""
    rated = (R != 0).astype(float)
    out = np.asarray(S, dtype=float)
    out *= np.minimum(rated @ rated.T / least, 1.0)
    return out


def significance_weighting__wrong_type_of_s(S, R, least):
    """empty_like(S): a table of whole numbers (np.eye(2, dtype=int)) stays whole."""
    rated = (R != 0).astype(float)
    out = np.empty_like(S)
    out[:] = S * np.minimum(rated @ rated.T / least, 1.0)
    return out


def significance_weighting__wrong_half_star(S, R, least):
    """R >= 1 as "rated" loses half stars."""
    rated = (R >= 1).astype(float)
    return S * np.minimum(rated @ rated.T / least, 1.0)


def significance_weighting__wrong_minimum_of_similarities(S, R, least):
    """minimum(S, S * share): with a negative S it takes the stronger one."""
    rated = (R != 0).astype(float)
    return np.minimum(S, S * (rated @ rated.T) / least)


def significance_weighting__wrong_nothing_in_common(S, R, least):
    """Leaves a similarity without any common product as it is; R = [[1, 0], [0, 1]]."""
    rated = (R != 0).astype(float)
    common = rated @ rated.T
    return S * np.where(common > 0, np.minimum(common / least, 1.0), 1.0)


def significance_weighting__wrong_least_of_one(S, R, least):
    """With least = 1 "nothing changes"; but pairs without common products become 0."""
    if least == 1:
        return S.astype(float)
    rated = (R != 0).astype(float)
    return S * np.minimum(rated @ rated.T / least, 1.0)


def significance_weighting__wrong_at_most_all_products(S, R, least):
    """Caps least at the number of products: least = 10 with two products counts as 2."""
    rated = (R != 0).astype(float)
    return S * np.minimum(rated @ rated.T / min(least, R.shape[1]), 1.0)


def significance_weighting__wrong_negative_to_zero(S, R, least):
    """Cuts negative similarities off at 0."""
    rated = (R != 0).astype(float)
    return np.clip(S * np.minimum(rated @ rated.T / least, 1.0), 0, None)


def bias_baseline__right_vectorised(R, lam):
    """Masked sums; where= guards 0 / 0."""
    rated = np.asarray(R) != 0
    X = np.array(R, dtype=float)
    mu = X[rated].mean()
    rest = np.where(rated, X - mu, 0.0)
    n = rated.sum(axis=0) + lam
    item = np.divide(rest.sum(axis=0), n, out=np.zeros(len(n)), where=n > 0)
    rest = np.where(rated, rest - item, 0.0)
    n = rated.sum(axis=1) + lam
    user = np.divide(rest.sum(axis=1), n, out=np.zeros(len(n)), where=n > 0)
    return mu + user[:, None] + item


def bias_baseline__right_fractions(R, lam):
    """Exact, with dictionaries."""
    cells = {
        (u, i): Fraction(x)
        for u, row in enumerate(np.asarray(R).tolist())
        for i, x in enumerate(row)
        if x
    }
    lam = Fraction(lam)
    mu = sum(cells.values()) / len(cells)
    item, user = [Fraction(0)] * R.shape[1], [Fraction(0)] * R.shape[0]
    for j in range(len(item)):
        own = [x - mu for (_, i), x in cells.items() if i == j]
        if own:
            item[j] = sum(own) / (len(own) + lam)
    for w in range(len(user)):
        own = [x - mu - item[i] for (u, i), x in cells.items() if u == w]
        if own:
            user[w] = sum(own) / (len(own) + lam)
    return np.array([[float(mu + b + c) for c in item] for b in user])


def bias_baseline__right_long_table_once_more(R, lam):
    """pandas: a row for each rating, groupby and reindex."""
    u, i = np.nonzero(R)
    long = pd.DataFrame({"u": u, "i": i, "r": np.asarray(R, dtype=float)[u, i]})
    mu = long["r"].mean()
    long["rest"] = long["r"] - mu
    by = long.groupby("i")["rest"]
    item = by.sum() / (by.size() + lam)
    long["rest"] -= long["i"].map(item)
    by = long.groupby("u")["rest"]
    user = by.sum() / (by.size() + lam)
    item, user = (
        b.reindex(range(n), fill_value=0.0) for b, n in ((item, R.shape[1]), (user, R.shape[0]))
    )
    return mu + np.add.outer(user.to_numpy(), item.to_numpy())


def bias_baseline__right_bincount(R, lam):
    """bincount of weights; the mean times n / (n + lam)."""
    coo = sparse.coo_matrix(np.asarray(R, dtype=float))
    mu = math.fsum(coo.data) / coo.nnz

    def bias(place, rest, size):
        n = np.bincount(place, minlength=size)
        mean = np.bincount(place, rest, size) / np.maximum(n, 1)
        return mean * np.array([c / (c + lam) if c else 0.0 for c in n])

    item = bias(coo.col, coo.data - mu, coo.shape[1])
    user = bias(coo.row, coo.data - mu - item[coo.col], coo.shape[0])
    return np.array([[mu + b + c for c in item] for b in user]).reshape(coo.shape)


def _more_bias(R, lam, mu=None, rated=None, n_user=None):
    X = np.array(R, dtype=float)
    rated = X != 0 if rated is None else rated
    mu = X[rated].mean() if mu is None else mu
    with np.errstate(all="ignore"):
        rest = np.where(rated, X - mu, 0.0)
        item = np.nan_to_num(rest.sum(axis=0) / (rated.sum(axis=0) + lam))
        rest = np.where(rated, rest - item, 0.0)
        n = rated.sum(axis=1) if n_user is None else n_user(rest)
        return mu, np.nan_to_num(rest.sum(axis=1) / (n + lam)), item


def _bias_sum(mu, user, item):
    return mu + user[:, None] + item


def bias_baseline__wrong_mean_of_user_means_once_more(R, lam):
    """The mean of the users' means; wrong if users rate unequally many: [[5, 5, 5], [1, 0, 0]]."""
    return _bias_sum(*_more_bias(R, lam, mu=np.nanmean(_mean_rating(R))))


def bias_baseline__wrong_rest_of_zero_uncounted(R, lam):
    """Counts only differences that are not 0: a rating just as expected is lost; [[0, 2], [3, 4]], 1."""
    return _bias_sum(*_more_bias(R, lam, n_user=lambda rest: (rest != 0).sum(axis=1)))


def bias_baseline__wrong_half_star(R, lam):
    """R >= 1 as "rated"; a rating of 0.5 is lost (needs another rating)."""
    return _bias_sum(*_more_bias(R, lam, rated=R >= 1))


def bias_baseline__wrong_user_not_guarded(R, lam):
    """0 / 0 for a user without ratings if lam is 0."""
    mu, user, item = _more_bias(R, lam)
    with np.errstate(all="ignore"):
        n = (R != 0).sum(axis=1)
        user = user * (n + lam) / (n + lam)
    return _bias_sum(mu, user, item)


def bias_baseline__wrong_product_not_guarded(R, lam):
    """0 / 0 for a product without ratings if lam is 0."""
    mu, user, item = _more_bias(R, lam)
    with np.errstate(all="ignore"):
        n = (R != 0).sum(axis=0)
        item = item * (n + lam) / (n + lam)
    return _bias_sum(mu, user, item)


def bias_baseline__wrong_table_written(R, lam):
    """Subtracts the mean in a float table of the caller."""
    out = _bias_sum(*_more_bias(R, lam))
    X = np.asarray(R, dtype=float)
    X[X != 0] -= X[X != 0].mean()
    return out


def bias_baseline__wrong_many_not_shrunk(R, lam):
    """ "Few" is taken as below 10: a product or a user with 10 ratings is not shrunk."""
    rated, X = R != 0, R.astype(float)
    mu = X[rated].mean()
    rest = np.where(rated, X - mu, 0.0)
    n = rated.sum(axis=0)
    item = rest.sum(axis=0) / np.maximum(np.where(n < 10, n + lam, n), 1e-12)
    rest = np.where(rated, rest - item, 0.0)
    n = rated.sum(axis=1)
    user = rest.sum(axis=1) / np.maximum(np.where(n < 10, n + lam, n), 1e-12)
    return mu + user[:, None] + item


def bias_baseline__wrong_new_user_gets_mean(R, lam):
    """A user without ratings gets the mean, without the biases of the products."""
    mu, user, item = _more_bias(R, lam)
    out = _bias_sum(mu, user, item)
    out[~R.any(axis=1)] = mu
    return out


def bias_baseline__wrong_new_product_gets_mean(R, lam):
    """A product without ratings gets the mean, without the bias of the user."""
    mu, user, item = _more_bias(R, lam)
    out = _bias_sum(mu, user, item)
    out[:, ~R.any(axis=0)] = mu
    return out


def bias_baseline__wrong_zero_is_default(R, lam):
    """lam or 1.0: a lam of 0 becomes 1."""
    return _bias_sum(*_more_bias(R, lam or 1.0))


def bpr_step__right_expit_once_more(U, V, triples, rate, lam):
    """The gradient with scipy's expit, old vectors copied."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = special.expit(-(p @ a - p @ b))
        U[u] = p + rate * (g * (a - b) - lam * p)
        V[i] = a + rate * (g * p - lam * a)
        V[j] = b + rate * (-g * p - lam * b)
    return U, V


def bpr_step__right_plain(U, V, triples, rate, lam):
    """Lists of floats; exp only of numbers below 0."""
    P, Q = [[list(map(float, row)) for row in np.asarray(X).tolist()] for X in (U, V)]
    for u, i, j in triples:
        p, a, b = P[u], Q[i], Q[j]
        x = math.fsum(f * g for f, g in zip(p, a)) - math.fsum(f * g for f, g in zip(p, b))
        small = math.exp(-abs(x))
        slope = small / (1 + small) if x >= 0 else 1 / (1 + small)
        P[u] = [f - rate * (lam * f - slope * (g - h)) for f, g, h in zip(p, a, b)]
        Q[i] = [g - rate * (lam * g - slope * f) for f, g in zip(p, a)]
        Q[j] = [h - rate * (lam * h + slope * f) for f, h in zip(p, b)]
    return np.array(P).reshape(np.shape(U)), np.array(Q).reshape(np.shape(V))


def bpr_step__right_stacked(U, V, triples, rate, lam):
    """One table of all factors and a 3 x 3 matrix for each step; sigmoid by tanh."""
    m = len(U)
    W = np.vstack([U, V]).astype(float)
    for u, i, j in triples:
        rows = [u, m + i, m + j]
        Z = W[rows]
        s = 0.5 - 0.5 * np.tanh(Z[0] @ (Z[1] - Z[2]) / 2)
        pull = np.array([[0, s, -s], [s, 0, 0], [-s, 0, 0]]) - lam * np.eye(3)
        W[rows] = Z + rate * (pull @ Z)
    return W[:m].copy(), W[m:].copy()


def bpr_step__right_recursion(U, V, triples, rate, lam):
    """One half of the triples, then the other from there; the slope by logaddexp."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    half = len(triples) // 2
    if half:
        for part in (triples[:half], triples[half:]):
            U, V = bpr_step__right_recursion(U, V, part, rate, lam)
    for u, i, j in triples if half == 0 else ():
        before, between = U[u].copy(), V[i] - V[j]
        g = np.exp(-np.logaddexp(0.0, before @ between))
        for X, row, change in ((U, u, between), (V, i, before), (V, j, -before)):
            X[row] = (1 - rate * lam) * X[row] + rate * g * change
    return U, V


def _bpr(U, V, triples, rate, lam, slope=None, ridge=(1.0, 1.0, 1.0)):
    slope = slope or (lambda x: special.expit(-x))
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = slope(p @ (a - b))
        U[u] = p + rate * (g * (a - b) - ridge[0] * lam * p)
        V[i] = a + rate * (g * p - ridge[1] * lam * a)
        V[j] = b + rate * (-g * p - ridge[2] * lam * b)
    return U, V


def bpr_step__wrong_new_user_factors(U, V, triples, rate, lam):
    """A view of the user's row: the products move by her *new* factors; V = [[1.], [0.]]."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u], V[i].copy(), V[j].copy()
        g = special.expit(-(p @ (a - b)))
        p += rate * (g * (a - b) - lam * p)
        V[i] = a + rate * (g * p - lam * a)
        V[j] = b + rate * (-g * p - lam * b)
    return U, V


def bpr_step__wrong_ridge_twice(U, V, triples, rate, lam):
    """Forgets that lam / 2 times a square has the slope lam: moves by 2 lam; lam = 0.1."""
    return _bpr(U.copy(), V.copy(), triples, rate, lam, ridge=(2.0, 2.0, 2.0))


def bpr_step__wrong_sampled_not_shrunk(U, V, triples, rate, lam):
    """No ridge on the sampled product; V[j] = 1, lam = 0.1."""
    return _bpr(U.copy(), V.copy(), triples, rate, lam, ridge=(1.0, 1.0, 0.0))


def bpr_step__wrong_exp_raises(U, V, triples, rate, lam):
    """math.exp raises OverflowError for a difference of 1000."""
    return _bpr(U.copy(), V.copy(), triples, rate, lam, slope=lambda x: 1 / (1 + math.exp(x)))


def bpr_step__wrong_inf_over_inf(U, V, triples, rate, lam):
    """exp(-x) / (1 + exp(-x)) is NaN for a difference of -1000."""
    with np.errstate(all="ignore"):
        return _bpr(
            U.copy(), V.copy(), triples, rate, lam, slope=lambda x: np.exp(-x) / (1 + np.exp(-x))
        )


def bpr_step__wrong_products_written(U, V, triples, rate, lam):
    """Copies U, not V."""
    return _bpr(U.copy(), V, triples, rate, lam)


def bpr_step__wrong_shrinks_first(U, V, triples, rate, lam):
    """Shrinks the three vectors before the slope is taken; U = 2, V = 1, 0, lam = 0.5."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u] * (1 - rate * lam), V[i] * (1 - rate * lam), V[j] * (1 - rate * lam)
        g = special.expit(-(p @ (a - b)))
        U[u], V[i], V[j] = p + rate * g * (a - b), a + rate * g * p, b - rate * g * p
    return U, V


def bpr_step__wrong_clear_pairs_skipped(U, V, triples, rate, lam):
    """Skips a pair that is clearly in the right order (x > 30), and with it the ridge; lam = 0.1."""
    U, V = U.copy(), V.copy()
    for one in triples:
        u, i, j = one
        if U[u] @ (V[i] - V[j]) <= 30:
            _bpr(U, V, [one], rate, lam)
    return U, V


def bpr_step__wrong_triples_once(U, V, triples, rate, lam):
    """Takes a repeated triple once; [(0, 0, 1), (0, 0, 1)]."""
    return _bpr(U.copy(), V.copy(), list(dict.fromkeys(map(tuple, triples))), rate, lam)


def bpr_step__wrong_all_factors_shrink(U, V, triples, rate, lam):
    """The ridge of each step shrinks all rows, also of users and products outside the triple."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, d = U[u].copy(), V[i] - V[j]
        g = special.expit(-(p @ d))
        U, V = U * (1 - rate * lam), V * (1 - rate * lam)
        U[u] += rate * g * d
        V[i] += rate * g * p
        V[j] -= rate * g * p
    return U, V


def cosine_similarity_matrix__right_normalised_rows(R):
    """Rows scaled to length 1 in float64, one product."""
    X = np.array(R, dtype=float)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    X /= np.where(length > 0, length, 1.0)
    return X @ X.T


def cosine_similarity_matrix__right_exact_loops(R):
    """Python numbers, fsum, one triangle filled and mirrored."""
    rows = [[float(x) for x in row] for row in R]
    n = len(rows)
    S = np.zeros((n, n))
    for a in range(n):
        for b in range(a, n):
            aa, bb = math.fsum(x * x for x in rows[a]), math.fsum(x * x for x in rows[b])
            if aa and bb:
                dot = math.fsum(x * y for x, y in zip(rows[a], rows[b]))
                S[a, b] = S[b, a] = dot / math.sqrt(aa) / math.sqrt(bb)
    return S


def cosine_similarity_matrix__right_gram_diagonal(R):
    """Sparse Gram matrix in float64; lengths read off its diagonal."""
    X = sparse.csr_matrix(np.asarray(R).astype(np.float64))
    gram = (X @ X.T).toarray()
    inverse = np.array([d**-0.5 if d > 0 else 0.0 for d in gram.diagonal()])
    return np.einsum("ij,i,j->ij", gram, inverse, inverse)


def cosine_similarity_matrix__wrong_norms_over_common(R):
    """Lengths only over the common products: [[3, 4, 0], [3, 0, 5]] gives 1."""
    X = np.asarray(R, dtype=float)
    rated = (X != 0).astype(float)
    square = (X**2) @ rated.T
    down = np.sqrt(square * square.T)
    return np.divide(X @ X.T, down, out=np.zeros_like(down), where=down > 0)


def cosine_similarity_matrix__wrong_int16_is_enough(R):
    """Integers are multiplied as int16: a row [127, 127, 127] as int8 overflows."""
    X = np.asarray(R)
    X = X.astype(np.int16) if X.dtype.kind in "iu" else X.astype(float)
    gram = X @ X.T
    length = np.linalg.norm(X, axis=1)
    down = np.outer(length, length)
    return np.divide(gram, down, out=np.zeros(down.shape), where=down > 0)


def cosine_similarity_matrix__wrong_only_int8_widened(R):
    """Only int8 is widened: uint8 [[20, 20]] still wraps."""
    X = R.astype(np.int64) if R.dtype == np.int8 else R
    gram = X @ X.T
    length = np.linalg.norm(X, axis=1)
    down = np.outer(length, length)
    return np.divide(gram, down, out=np.zeros(down.shape), where=down > 0)


def cosine_similarity_matrix__wrong_truncates_half_stars(R):
    """Everything becomes int64 against overflow: [[0.5, 4]] loses the 0.5."""
    X = R.astype(np.int64)
    gram = (X @ X.T).astype(float)
    length = np.sqrt(gram.diagonal())
    length[length == 0] = 1
    return gram / length[:, None] / length


def cosine_similarity_matrix__wrong_length_at_least_one(R):
    """np.maximum(length, 1) against division by 0: [[0.5, 0]] gets 0.25 with herself."""
    X = np.asarray(R, dtype=float)
    X = X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1)
    return X @ X.T


def cosine_similarity_matrix__wrong_float_input_scaled_in_place(R):
    """astype(copy=False) then /=: a float64 R is changed, e.g. [[3.0, 4.0]]."""
    X = R.astype(float, copy=False)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    X /= np.where(length > 0, length, 1)
    return X @ X.T


def cosine_similarity_matrix__wrong_squared_in_own_type(R):
    """Dot products in float, squares in R's type: int8 [[12, 5]] has a wrong length."""
    length = np.sqrt(np.abs((R**2).sum(axis=1, dtype=float)))
    X = R.astype(float) / np.where(length > 0, length, 1)[:, None]
    return X @ X.T


def cosine_similarity_matrix__wrong_squeezed(R):
    """squeeze() at the end: one user gives shape () for [[3, 4]]."""
    X = np.asarray(R, dtype=float)
    length = np.linalg.norm(X, axis=1)
    length[length == 0] = 1
    return np.squeeze((X @ X.T) / np.outer(length, length))


def cosine_similarity_matrix__wrong_tiny_rows_are_empty(R):
    """Empty is 'length below 1e-6': tiny ratings [[1e-7, 2e-7]] count as no ratings."""
    X = np.asarray(R, dtype=float)
    length = np.linalg.norm(X, axis=1)
    X = np.where(length[:, None] > 1e-6, X / np.maximum(length, 1e-300)[:, None], 0)
    return X @ X.T


def top_k_neighbours__right_stable_argsort(S, u, k):
    """Stable argsort, two conditions, first k."""
    s = np.asarray(S[u])
    order = np.argsort(-s.astype(float), kind="stable")
    return order[(s[order] > 0) & (order != u)][:k]


def top_k_neighbours__right_heap_once_again(S, u, k):
    """heapq.nlargest is stable over ascending user numbers."""
    candidates = [v for v in range(len(S)) if v != u and S[u][v] > 0]
    return np.array(heapq.nlargest(k, candidates, key=lambda v: S[u][v]), dtype=int)


def top_k_neighbours__right_pick_repeatedly(S, u, k):
    """argmax k times (argmax takes the first maximum)."""
    left = np.array(S[u], dtype=float)
    left[u] = 0
    found = []
    while len(found) < k and left.max() > 0:
        found.append(int(left.argmax()))
        left[found[-1]] = 0
    return np.array(found, dtype=np.int64)


def top_k_neighbours__wrong_k_plus_one_when_diagonal_low(S, u, k):
    """First k + 1, then u removed: with S[u, u] = -1 there is one too many."""
    order = np.argsort(-S[u], kind="stable")[: k + 1]
    return order[(order != u) & (S[u][order] > 0)]


def top_k_neighbours__wrong_minus_k_slice(S, u, k):
    """Ascending and [-k:]: k = 0 gives everybody."""
    s = S[u][::-1]
    order = len(s) - 1 - np.argsort(s, kind="stable")
    order = order[(order != u) & (S[u][order] > 0)]
    return order[-k:][::-1]


def top_k_neighbours__wrong_isclose_zero(S, u, k):
    """np.isclose to 0 counts as 0: a similarity of 1e-9 is above 0."""
    order = np.argsort(-S[u], kind="stable")
    return order[~np.isclose(S[u][order], 0) & (S[u][order] > 0) & (order != u)][:k]


def top_k_neighbours__wrong_view_written(S, u, k):
    """S[u] is a view: S[u, u] is overwritten with 0."""
    s = S[u]
    s[u] = 0
    order = np.argsort(-s, kind="stable")
    return order[s[order] > 0][:k]


def top_k_neighbours__wrong_rounded_to_tie(S, u, k):
    """Rounded to 6 digits: 0.5 (user 1) comes before 0.5000001 (user 2)."""
    s = np.round(S[u], 6)
    order = np.argsort(-s, kind="stable")
    return order[(S[u][order] > 0) & (order != u)][:k]


def top_k_neighbours__wrong_argpartition_border(S, u, k):
    """argpartition first: among ties at the border not the lowest numbers (S[0] = [0.7, 0.5, 0.7, 0.7], k = 1 gives 3)."""
    s = np.array(S[u], dtype=float)
    s[u] = -np.inf
    best = np.argpartition(-s, min(k, len(s) - 1))[:k]
    best = np.sort(best)
    best = best[np.argsort(-s[best], kind="stable")]
    return best[s[best] > 0]


def top_k_neighbours__wrong_sort_values_unstable(S, u, k):
    """sort_values is a quicksort: ties of many users get mixed (100 users, two levels)."""
    s = pd.Series(S[u]).drop(u)
    return s[s > 0].sort_values(ascending=False).index[:k].to_numpy()


def top_k_neighbours__wrong_diagonal_pushed_down_by_two(S, u, k):
    """u is pushed to the end by adding -2 to the diagonal: S[u, u] = inf or 5 stays first."""
    s = S[u] - 2.0 * (np.arange(len(S)) == u)
    order = np.argsort(-s, kind="stable")
    return order[s[order] > 0][:k]


def _nan():
    return float("nan")


def predict_rating__right_numpy_once_more(R, S, u, i, k):
    """Masks and np.average."""
    R = np.asarray(R, dtype=float)
    if not (R[u] > 0).any():
        return _nan()
    raters = np.flatnonzero((R[:, i] > 0) & (S[u] > 0) & (np.arange(len(R)) != u))
    near = raters[np.argsort(-S[u][raters], kind="stable")][:k]
    if not len(near):
        return _nan()
    mean = np.array([R[v][R[v] > 0].mean() for v in near])
    w = S[u][near] / S[u][near].max()
    return float(R[u][R[u] > 0].mean() + np.average(R[near, i] - mean, weights=w))


def predict_rating__right_fractions_once_more(R, S, u, i, k):
    """Exact arithmetic, heap of (-similarity, number)."""

    def mean(v):
        own = [Fraction(float(x)) for x in R[v] if x > 0]
        return sum(own) / len(own) if own else None

    if mean(u) is None:
        return _nan()
    heap = [
        (-Fraction(float(S[u, v])), v)
        for v in range(len(R))
        if v != u and R[v, i] > 0 and S[u, v] > 0
    ]
    near = heapq.nsmallest(k, heap)
    if not near:
        return _nan()
    up = sum(-s * (Fraction(float(R[v, i])) - mean(v)) for s, v in near)
    return float(mean(u) + up / sum(-s for s, _ in near))


def predict_rating__right_masked_pandas(R, S, u, i, k):
    """NaN for unrated, pandas nlargest keeps the first of equals."""
    table = pd.DataFrame(np.array(R, dtype=float)).where(lambda t: t > 0)
    mean = table.mean(axis=1)
    s = pd.Series(np.array(S[u], dtype=float)).drop(u)
    s = s[(s > 0) & table[i].notna().drop(u)].nlargest(k, keep="first")
    if s.empty:
        return _nan()
    return float(mean[u] + (s * (table[i] - mean)[s.index]).sum() / s.sum())


def _more_predict(R, S, u, i, k, near=None, own=None, down=None):
    R = np.asarray(R, dtype=float)
    if not (R[u] > 0).any():
        return _nan()
    if near is None:
        raters = np.flatnonzero((R[:, i] > 0) & (S[u] > 0) & (np.arange(len(R)) != u))
        near = raters[np.argsort(-S[u][raters], kind="stable")][:k]
    if not len(near):
        return _nan()
    mean = np.array([R[v][R[v] > 0].mean() for v in near])
    own = R[u][R[u] > 0].mean() if own is None else own
    w = S[u][near]
    return float(own + (w @ (R[near, i] - mean)) / (np.abs(w).sum() if down is None else down))


def predict_rating__wrong_own_neighbour_if_rated(R, S, u, i, k):
    """u is not excluded: she is her own neighbour when she has rated i (toy matrix, u = 0, i = 0)."""
    raters = np.flatnonzero((R[:, i] > 0) & (S[u] > 0))
    return _more_predict(R, S, u, i, k, raters[np.argsort(-S[u][raters], kind="stable")][:k])


def predict_rating__wrong_weights_of_all_raters_below(R, S, u, i, k):
    """The denominator adds the similarities of all raters, not of the k nearest (k = 1, two raters)."""
    others = (np.asarray(R)[:, i] > 0) & (S[u] > 0) & (np.arange(len(R)) != u)
    return _more_predict(R, S, u, i, k, down=S[u][others].sum() or 1)


def predict_rating__wrong_border_ties_all_kept(R, S, u, i, k):
    """nlargest(keep='all'): with equal similarities more than k neighbours (k = 1, S = ones, two raters)."""
    raters = np.flatnonzero((R[:, i] > 0) & (S[u] > 0) & (np.arange(len(R)) != u))
    return _more_predict(
        R, S, u, i, k, pd.Series(S[u][raters], raters).nlargest(k, keep="all").index.to_numpy(int)
    )


def predict_rating__wrong_dict_keyed_by_similarity(R, S, u, i, k):
    """A dict from similarity to user loses equally similar users (S = ones, k = 2, two raters)."""
    by = {}
    for v in range(len(R)):
        if v != u and R[v, i] > 0 and S[u, v] > 0:
            by.setdefault(float(S[u, v]), v)
    return _more_predict(
        R, S, u, i, k, np.array([by[s] for s in sorted(by, reverse=True)[:k]], dtype=int)
    )


def predict_rating__wrong_nearest_by_size_of_similarity(R, S, u, i, k):
    """|s| decides who is near, as in the denominator: a rater with -0.9 takes part."""
    raters = np.flatnonzero((R[:, i] > 0) & (S[u] != 0) & (np.arange(len(R)) != u))
    return _more_predict(
        R, S, u, i, k, raters[np.argsort(-np.abs(S[u][raters]), kind="stable")][:k]
    )


def predict_rating__wrong_own_rating_of_i_left_out(R, S, u, i, k):
    """mu_u without the rating of i ('we are predicting it'): matters if u has rated i."""
    row = np.array(R[u], dtype=float)
    row[i] = 0
    return _more_predict(R, S, u, i, k, own=row[row > 0].mean() if (row > 0).any() else None)


def predict_rating__wrong_self_removed_after_cut(R, S, u, i, k):
    """u is removed after the cut to k: if she rated i, she takes one of the k places (toy matrix, cosine, u = 0, i = 0, k = 1 gives NaN)."""
    raters = np.flatnonzero(np.asarray(R)[:, i] > 0)
    near = raters[np.argsort(-S[u][raters], kind="stable")][:k]
    return _more_predict(R, S, u, i, k, near[(S[u][near] > 0) & (near != u)])


def predict_rating__wrong_unrated_user_mean_zero(R, S, u, i, k):
    """A user without ratings gets mean 0 instead of NaN (row of zeros, one similar rater)."""
    R = np.asarray(R, dtype=float)
    means = R.sum(axis=1) / np.maximum((R > 0).sum(axis=1), 1)
    raters = np.flatnonzero((R[:, i] > 0) & (S[u] > 0) & (np.arange(len(R)) != u))
    near = raters[np.argsort(-S[u][raters], kind="stable")][:k]
    if not len(near):
        return _nan()
    return float(means[u] + np.average(R[near, i] - means[near], weights=S[u][near]))


def predict_rating__wrong_neighbour_at_mean_dropped(R, S, u, i, k):
    """Raters are found by a deviation other than 0: a neighbour who rated i with exactly her mean is lost."""
    R = np.asarray(R, dtype=float)
    means = R.sum(axis=1) / np.maximum((R > 0).sum(axis=1), 1)
    deviation = np.where(R > 0, R - means[:, None], 0)
    raters = np.flatnonzero((deviation[:, i] != 0) & (S[u] > 0) & (np.arange(len(R)) != u))
    return _more_predict(R, S, u, i, k, raters[np.argsort(-S[u][raters], kind="stable")][:k])


def predict_rating__wrong_half_star_is_unrated(R, S, u, i, k):
    """R >= 1 as 'rated': a rating of 0.5 is no rating (R = [[3, 0], [4, 0.5]], S = ones gives NaN)."""
    R = np.asarray(R, dtype=float)
    return _more_predict(np.where(R >= 1, R, 0), S, u, i, k)


def predict_rating__wrong_similarity_rounded(R, S, u, i, k):
    """Similarities rounded to 2 digits 'to make ties stable': 0.501 and 0.499 tie, and 0.004 is 0."""
    S = np.round(S, 2)
    return _more_predict(R, S, u, i, k)


def _more_cosine(R):
    return cosine_similarity_matrix__right_normalised_rows(R)


def _again_popular(R, n):
    count = (np.asarray(R) > 0).sum(axis=0)
    order = np.argsort(-count, kind="stable")
    return [(int(j), float(count[j])) for j in order if count[j] > 0][:n]


def _list(
    R,
    u,
    n,
    k,
    S=None,
    predict=predict_rating__right_numpy_once_more,
    keep=lambda s: not math.isnan(s),
):
    R = np.asarray(R)
    if not (R[u] > 0).any():
        return _again_popular(R, n)
    S = _more_cosine(R) if S is None else S
    pairs = [(int(j), predict(R, S, u, j, k)) for j in np.flatnonzero(R[u] == 0)]
    return sorted((p for p in pairs if keep(p[1])), key=lambda p: -p[1])[:n]


def recommend__right_by_definition(R, u, n, k):
    """predict_rating for every unrated product, filter, sort."""
    return _list(R, u, n, k)


def recommend__right_cube(R, u, n, k):
    """Users sorted once by similarity; in each column the first k raters by cumsum."""
    X = np.array(R, dtype=float)
    rated = X > 0
    if not rated[u].any():
        return _again_popular(X, n)[:n]
    s = _more_cosine(X)[u]
    order = [v for v in np.argsort(-s, kind="stable") if v != u and s[v] > 0]
    if not order:
        return []
    mean = X.sum(axis=1) / np.maximum(rated.sum(axis=1), 1)
    use = rated[order] & (np.cumsum(rated[order], axis=0) <= k)
    w = use * s[order][:, None]
    top = (w * (X[order] - mean[order][:, None])).sum(axis=0)
    down = w.sum(axis=0)
    ok = np.flatnonzero((down > 0) & ~rated[u])
    score = mean[u] + top[ok] / down[ok]
    best = np.lexsort((-ok, -score))[:n]
    return [(int(ok[b]), float(score[b])) for b in best]


def recommend__right_dicts_once_more(R, u, n, k):
    """Pure Python over dicts; ties of products come highest number first."""
    rows = [{j: float(x) for j, x in enumerate(row) if x > 0} for row in np.asarray(R).tolist()]
    me = rows[u]
    score = {}
    if not me:
        for row in rows:
            for j in row:
                score[j] = score.get(j, 0.0) + 1
        return heapq.nlargest(n, score.items(), key=lambda p: (p[1], p[0]))
    S = _more_cosine(np.asarray(R))[u]
    mean = [math.fsum(r.values()) / len(r) if r else 0.0 for r in rows]
    near = sorted((v for v in range(len(rows)) if v != u and S[v] > 0), key=lambda v: (-S[v], v))
    for j in range(len(R[0])):
        who = list(itertools.islice((v for v in near if j in rows[v]), k))
        if who and j not in me:
            score[j] = mean[u] + math.fsum(S[v] * (rows[v][j] - mean[v]) for v in who) / math.fsum(
                S[v] for v in who
            )
    return heapq.nlargest(n, score.items(), key=lambda p: (p[1], p[0]))


def recommend__wrong_sorted_with_nan(R, u, n, k):
    """Python's sort with NaN in the list, NaN dropped afterwards: predictions 2, NaN, 4 stay in this order."""
    R = np.asarray(R)
    if not R[u].any():
        return _again_popular(R, n)
    S = _more_cosine(R)
    pairs = [
        (int(j), predict_rating__right_numpy_once_more(R, S, u, j, k))
        for j in np.flatnonzero(R[u] == 0)
    ]
    pairs = sorted(pairs, key=lambda p: p[1], reverse=True)
    return [p for p in pairs if not np.isnan(p[1])][:n]


def recommend__wrong_popularity_by_stars(R, u, n, k):
    """A new user's products are ordered by the sum of ratings: [[0, 0], [5, 1], [0, 1]] starts with product 0."""
    R = np.asarray(R)
    if R[u].any():
        return _list(R, u, n, k)
    count = (R > 0).sum(axis=0)
    order = np.argsort(-R.sum(axis=0), kind="stable")
    return [(int(j), float(count[j])) for j in order if count[j]][:n]


def recommend__wrong_popular_when_nothing_predicted(R, u, n, k):
    """Popularity also for a user with ratings whose list is empty: [[5, 0], [0, 4]], u = 0."""
    return _list(R, u, n, k) or _again_popular(np.where(np.asarray(R)[u] > 0, 0, R), n)


def recommend__wrong_positive_scores_only(R, u, n, k):
    """score > 0 as the test for a prediction: [[1, 0], [5, 1]] predicts -1."""
    return _list(R, u, n, k, keep=lambda s: s > 0)


def recommend__wrong_float_input_gets_nan(R, u, n, k):
    """astype(copy=False), zeros set to NaN: a float R is changed."""
    out = _list(R.copy(), u, n, k)
    X = R.astype(float, copy=False)
    X[X == 0] = np.nan
    return out


def recommend__wrong_similarity_of_centred_rows(R, u, n, k):
    """Cosine of the deviations (Pearson) instead of the rows as they are."""
    X = np.asarray(R, dtype=float)
    mean = X.sum(axis=1) / np.maximum((X > 0).sum(axis=1), 1)
    return _list(R, u, n, k, _more_cosine(np.where(X > 0, X - mean[:, None], 0)))


def recommend__wrong_cosine_of_common_products(R, u, n, k):
    """Lengths over the common products only: with one common product the cosine is always 1."""
    return _list(R, u, n, k, cosine_similarity_matrix__wrong_norms_over_common(R))


def recommend__wrong_rater_at_her_mean_is_no_rater(R, u, n, k):
    """Deviation 0 taken for 'not rated': [[5, 0], [3, 3]], u = 0 gives an empty list."""
    return _list(R, u, n, k, predict=predict_rating__wrong_neighbour_at_mean_dropped)


def recommend__wrong_dict_from_score_to_product(R, u, n, k):
    """A dict keyed by the score: of products with equal numbers one is left ([[0, 0], [3, 3]], u = 0)."""
    by = {s: j for j, s in _list(R, u, np.asarray(R).shape[1], k)}
    return [(by[s], s) for s in sorted(by, reverse=True)[:n]]


def recommend__wrong_scores_rounded_before_sort(R, u, n, k):
    """Scores rounded to 3 digits before they are sorted and returned."""
    return [
        (j, s)
        for j, s in _list(
            R, u, n, k, predict=lambda *a: round(predict_rating__right_numpy_once_more(*a), 3)
        )
    ]


def recommend__wrong_new_user_includes_unrated(R, u, n, k):
    """A new user with a long n also gets products that nobody rated, with 0."""
    R = np.asarray(R)
    if R[u].any():
        return _list(R, u, n, k)
    count = (R > 0).sum(axis=0)
    return [(int(j), float(count[j])) for j in np.argsort(-count, kind="stable")[:n]]


def recommend__wrong_own_mean_where_nobody_similar(R, u, n, k):
    """A product without a similar rater gets u's mean, as the later cell does: [[5, 0], [0, 4]], u = 0."""
    R = np.asarray(R)
    if not R[u].any():
        return _again_popular(R, n)
    S = _more_cosine(R)
    fallback = R[u][R[u] > 0].mean()
    score = [predict_rating__right_numpy_once_more(R, S, u, j, k) for j in range(R.shape[1])]
    score = np.where(np.isnan(score), fallback, score)
    score[R[u] > 0] = -np.inf
    order = np.argsort(-score, kind="stable")
    return [(int(j), float(score[j])) for j in order if R[u, j] == 0 and (R[:, j] > 0).any()][:n]


def significance_weighting__right_float_product(S, R, least):
    """0/1 table in float times its transpose."""
    rated = (np.asarray(R) != 0).astype(float)
    return np.asarray(S, dtype=float) * np.minimum(rated @ rated.T / least, 1)


def significance_weighting__right_sets_once_again(S, R, least):
    """Sets of rated products, one pair after the other, exact fractions."""
    rated = [{j for j, x in enumerate(row) if x > 0} for row in np.asarray(R).tolist()]
    n = len(rated)
    out = np.empty((n, n))
    for a, b in itertools.product(range(n), repeat=2):
        out[a, b] = float(S[a][b]) * float(min(Fraction(len(rated[a] & rated[b]), least), 1))
    return out


def significance_weighting__right_packed_bits(S, R, least):
    """Rows as big integers, bit_count of their conjunction."""
    bits = [int("".join("1" if x else "0" for x in row) or "0", 2) for row in np.asarray(R) != 0]
    common = np.array([[(a & b).bit_count() for b in bits] for a in bits], dtype=np.int64)
    out = np.array(S, dtype=float)
    few = common < least
    out[few] *= common[few] / least
    return out


def _more_common(R):
    rated = (np.asarray(R) > 0).astype(int)
    return rated @ rated.T


def significance_weighting__wrong_counted_in_own_type(S, R, least):
    """np.sign keeps int8: 128 common products overflow (ones((2, 130), int8), least 200)."""
    rated = np.sign(R)
    return S * np.minimum(rated @ rated.T / least, 1)


def significance_weighting__wrong_uint8_count(S, R, least):
    """The 0/1 table as uint8: 256 common products count as 0."""
    rated = (R > 0).astype(np.uint8)
    return S * np.minimum(rated @ rated.T / least, 1.0)


def significance_weighting__wrong_negative_taken_by_minimum(S, R, least):
    """np.minimum(S, S * share): a negative similarity stays (or grows) instead of shrinking: -1, 1 common, least 2."""
    return np.minimum(S, S * (_more_common(R) / least)).astype(float)


def significance_weighting__wrong_integer_result(S, R, least):
    """Written into a copy of S: integer similarities are cut (S = ones((2, 2), int))."""
    out = S.copy()
    few = _more_common(R) < least
    out[few] = (S * _more_common(R) / least)[few]
    return out


def significance_weighting__wrong_at_least_one_common(S, R, least):
    """np.maximum(common, 1): no common product leaves 1 / least instead of 0."""
    return S * np.minimum(np.maximum(_more_common(R), 1) / least, 1)


def significance_weighting__wrong_shortcut_for_one(S, R, least):
    """least = 1 returns S unchanged, though pairs with nothing in common must become 0."""
    if least <= 1:
        return np.array(S, dtype=float)
    return S * np.minimum(_more_common(R) / least, 1)


def significance_weighting__wrong_half_star_lost(S, R, least):
    """R.astype(int) > 0: a rating of 0.5 is not rated."""
    return S * np.minimum(_more_common(R.astype(int)) / least, 1)


def significance_weighting__wrong_scaled_in_place(S, R, least):
    """asarray(S, float) is S itself, then *=: S is changed."""
    out = np.asarray(S, dtype=float)
    out *= np.minimum(_more_common(R) / least, 1)
    return out


def significance_weighting__wrong_negative_left_alone(S, R, least):
    """Only positive similarities are reduced (S > 0 as mask): negative ones stay."""
    return np.where(S > 0, S * np.minimum(_more_common(R) / least, 1), S).astype(float)


def _again_bias(R, lam, mean=None, count_user=None, clip=None):
    R = np.array(R, dtype=float)
    rated = R > 0
    mean = R[rated].mean() if mean is None else mean
    left = np.where(rated, R - mean, 0)
    n = rated.sum(axis=0)
    item = left.sum(axis=0) / np.where(n > 0, n + lam, 1)
    left = np.where(rated, left - item, 0)
    m = rated.sum(axis=1) if count_user is None else count_user(left)
    user = left.sum(axis=1) / np.where(m > 0, m + lam, 1)
    return mean, item, user


def bias_baseline__right_masks(R, lam):
    """Masks and broadcasting."""
    mean, item, user = _again_bias(R, lam)
    return mean + item[None, :] + user[:, None]


def bias_baseline__right_loops_exact(R, lam):
    """Fractions over the rated cells."""
    cells = [
        (a, b, Fraction(float(x)))
        for a, row in enumerate(np.asarray(R).tolist())
        for b, x in enumerate(row)
        if x > 0
    ]
    lam = Fraction(float(lam))
    mean = sum(x for *_, x in cells) / len(cells)
    by_item, by_user = defaultdict(list), defaultdict(list)
    for _, b, x in cells:
        by_item[b].append(x - mean)
    item = {b: sum(d) / (len(d) + lam) for b, d in by_item.items()}
    for a, b, x in cells:
        by_user[a].append(x - mean - item[b])
    user = {a: sum(d) / (len(d) + lam) for a, d in by_user.items()}
    rows, columns = np.asarray(R).shape
    return np.array(
        [
            [float(mean + item.get(b, 0) + user.get(a, 0)) for b in range(columns)]
            for a in range(rows)
        ]
    )


def bias_baseline__right_long_table_once_again(R, lam):
    """pandas long table, groupby, reindexed to all users and products."""
    R = np.asarray(R)
    a, b = np.nonzero(R)
    t = pd.DataFrame({"a": a, "b": b, "x": R[a, b].astype(float)})
    mean = t["x"].mean()
    t["x"] -= mean
    g = t.groupby("b")["x"]
    item = g.sum() / (g.size() + lam)
    t["x"] -= t["b"].map(item)
    g = t.groupby("a")["x"]
    user = g.sum() / (g.size() + lam)
    item, user = (
        item.reindex(range(R.shape[1]), fill_value=0),
        user.reindex(range(R.shape[0]), fill_value=0),
    )
    return np.add.outer(user.to_numpy(), item.to_numpy()) + mean


def bias_baseline__wrong_mean_of_user_means_once_again(R, lam):
    """The mean of all ratings is the mean of the users' means: [[5, 5, 5], [1, 0, 0]] has 3 instead of 4."""
    X = np.array(R, dtype=float)
    rated = X > 0
    some = rated.any(axis=1)
    mean, item, user = _again_bias(
        R, lam, mean=(X.sum(axis=1)[some] / rated.sum(axis=1)[some]).mean()
    )
    return mean + item + user[:, None]


def bias_baseline__wrong_no_lam_no_ratings(R, lam):
    """sum / (count + lam) for all: lam = 0 and an empty product gives NaN ([[5, 0]])."""
    X = np.array(R, dtype=float)
    rated = X > 0
    mean = X[rated].mean()
    left = np.where(rated, X - mean, 0)
    item = left.sum(axis=0) / (rated.sum(axis=0) + lam)
    user = np.where(rated, left - item, 0).sum(axis=1) / (rated.sum(axis=1) + lam)
    return mean + item + user[:, None]


def bias_baseline__wrong_counts_nonzero_residuals(R, lam):
    """A user's ratings are counted where the residual is not 0: [[5, 0], [3, 4]] with lam = 0 gives user 1 a bias of -1 instead of -1/2."""
    mean, item, user = _again_bias(
        R, lam, count_user=lambda left: (np.abs(left) > 1e-12).sum(axis=1)
    )
    return mean + item + user[:, None]


def bias_baseline__wrong_clipped_to_ratings(R, lam):
    """Clipped to the smallest and largest rating of R (1 to 5 in words)."""
    mean, item, user = _again_bias(R, lam)
    return np.clip(mean + item + user[:, None], 1, 5)


def bias_baseline__wrong_empty_product_gets_mean(R, lam):
    """A product without ratings is predicted by the mean alone: the user's bias is lost ([[5, 0, 4], [1, 0, 2]])."""
    mean, item, user = _again_bias(R, lam)
    return np.where((np.asarray(R) > 0).any(axis=0), mean + item + user[:, None], mean)


def bias_baseline__wrong_empty_columns_dropped(R, lam):
    """Pivot of the long table: products or users without ratings vanish from the shape ([[5, 0]])."""
    X = np.array(R, dtype=float)
    X = X[(X > 0).any(axis=1)][:, (X > 0).any(axis=0)]
    mean, item, user = _again_bias(X, lam)
    return mean + item + user[:, None]


def bias_baseline__wrong_lam_as_whole_number(R, lam):
    """lam zeros are appended to the differences, so lam = 0.5 is cut to 0."""
    return bias_baseline__right_masks(R, int(lam))


def bias_baseline__wrong_float_input_changed(R, lam):
    """A float R is centred in place through asarray."""
    out = bias_baseline__right_masks(R, lam)
    X = np.asarray(R, dtype=float)
    X[X > 0] -= X[X > 0].mean()
    return out


def bias_baseline__wrong_mean_shrunk_too(R, lam):
    """The mean itself is shrunk when few ratings are there: sum / max(count, lam) (one rating of 4, lam 10)."""
    X = np.array(R, dtype=float)
    mean, item, user = _again_bias(R, lam, mean=X.sum() / max((X > 0).sum(), lam))
    return mean + item + user[:, None]


def bias_baseline__wrong_half_stars_cut(R, lam):
    """Ratings cast to int64 for safe sums: 4.5 becomes 4, and 0.5 is not rated."""
    return bias_baseline__right_masks(np.asarray(R).astype(np.int64), lam)


def bpr_step__right_copied_vectors(U, V, triples, rate, lam):
    """Copies of the three vectors, expit."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = expit(-(p @ a - p @ b))
        U[u] = p + rate * (g * (a - b) - lam * p)
        V[i] = a + rate * (g * p - lam * a)
        V[j] = b + rate * (-g * p - lam * b)
    return U, V


def bpr_step__right_python_floats(U, V, triples, rate, lam):
    """Lists and fsum, the sigmoid by the sign of its argument."""
    P, Q = [[float(x) for x in r] for r in U], [[float(x) for x in r] for r in V]
    for u, i, j in triples:
        p, a, b = P[u], Q[i], Q[j]
        x = math.fsum(s * (y - z) for s, y, z in zip(p, a, b))
        g = (
            math.exp(-x) / (1 + math.exp(-x))
            if 0 <= x < 700
            else 0.0
            if x >= 700
            else 1 / (1 + math.exp(max(x, -700)))
        )
        P[u] = [s - rate * (lam * s - g * (y - z)) for s, y, z in zip(p, a, b)]
        Q[i] = [y - rate * (lam * y - g * s) for s, y in zip(p, a)]
        Q[j] = [z - rate * (lam * z + g * s) for s, z in zip(p, b)]
    return np.array(P).reshape(np.shape(U)), np.array(Q).reshape(np.shape(V))


def bpr_step__right_stacked_matrix(U, V, triples, rate, lam):
    """One stacked table, one 3 x 3 matrix product per step; tanh form of the sigmoid."""
    n = len(U)
    W = np.vstack([U, V]).astype(float)
    for u, i, j in triples:
        at = [u, n + i, n + j]
        X = W[at]
        g = 0.5 * (1 - np.tanh((X[0] @ X[1] - X[0] @ X[2]) / 2))
        M = rate * np.array([[-lam, g, -g], [g, -lam, 0], [-g, 0, -lam]])
        W[at] = X + M @ X
    return W[:n], W[n:]


def _more_bpr(U, V, triples, rate, lam, slope=lambda x: expit(-x), copy=True, ridge=(1, 1, 1)):
    if copy:
        U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = slope(p @ (a - b))
        U[u] = p + rate * (g * (a - b) - ridge[0] * lam * p)
        V[i] = a + rate * (g * p - ridge[1] * lam * a)
        V[j] = b + rate * (-g * p - ridge[2] * lam * b)
    return U, V


def bpr_step__wrong_view_of_user(U, V, triples, rate, lam):
    """p = U[u] is a view: the products move with the new user factors (U = [[2]], V = [[1], [0]])."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, apart = U[u], V[i] - V[j]
        g = expit(-(p @ apart))
        U[u] += rate * (g * apart - lam * p)
        V[i] += rate * (g * p - lam * V[i])
        V[j] += rate * (-g * p - lam * V[j])
    return U, V


def bpr_step__wrong_exp_over_one_plus_exp(U, V, triples, rate, lam):
    """exp(-x) / (1 + exp(-x)) is NaN at x = -1000 (inf / inf)."""
    return _more_bpr(U, V, triples, rate, lam, slope=lambda x: np.exp(-x) / (1 + np.exp(-x)))


def bpr_step__wrong_difference_clipped(U, V, triples, rate, lam):
    """The difference is clipped to +-6 against overflow: x = -20 and x = 8 have other slopes."""
    return _more_bpr(U, V, triples, rate, lam, slope=lambda x: expit(-np.clip(x, -6, 6)))


def bpr_step__wrong_ridge_sign_of_sampled(U, V, triples, rate, lam):
    """V[j] -= rate * (g p - lam v_j): the sampled product is pushed outward by the ridge."""
    return _more_bpr(U, V, triples, rate, lam, ridge=(1, 1, -1))


def bpr_step__wrong_ridge_doubled_once_more(U, V, triples, rate, lam):
    """The ridge without its 1/2: the gradient is 2 lam v (any lam above 0)."""
    return _more_bpr(U, V, triples, rate, lam, ridge=(2, 2, 2))


def bpr_step__wrong_all_from_the_start(U, V, triples, rate, lam):
    """All gradients at the first factors, added with np.add.at: repeated users or products differ."""
    if not len(triples):
        return U.copy(), V.copy()
    u, i, j = np.array(triples).T
    g = expit(-np.einsum("tf,tf->t", U[u], V[i] - V[j]))[:, None]
    P, Q = U.copy(), V.copy()
    np.add.at(P, u, rate * (g * (V[i] - V[j]) - lam * U[u]))
    np.add.at(Q, i, rate * (g * U[u] - lam * V[i]))
    np.add.at(Q, j, rate * (-g * U[u] - lam * V[j]))
    return P, Q


def bpr_step__wrong_decay_of_all_rows(U, V, triples, rate, lam):
    """Weight decay on the whole tables in each step: rows outside the triple shrink too."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        g, p, apart = expit(-(U[u] @ (V[i] - V[j]))), U[u].copy(), V[i] - V[j]
        U *= 1 - rate * lam
        V *= 1 - rate * lam
        U[u] += rate * g * apart
        V[i] += rate * g * p
        V[j] -= rate * g * p
    return U, V


def bpr_step__wrong_same_triple_once(U, V, triples, rate, lam):
    """dict.fromkeys(triples): a triple that occurs twice makes one step."""
    return _more_bpr(U, V, list(dict.fromkeys(map(tuple, triples))), rate, lam)


def bpr_step__wrong_arguments_moved(U, V, triples, rate, lam):
    """np.asarray(U, float) does not copy: U and V are changed."""
    return _more_bpr(
        np.asarray(U, dtype=float), np.asarray(V, dtype=float), triples, rate, lam, copy=False
    )


def bpr_step__wrong_ridge_of_product_shared(U, V, triples, rate, lam):
    """The ridge of the products acts on their difference only: v_i and v_j get -+ lam (v_i - v_j) / 2."""
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, apart = U[u].copy(), V[i] - V[j]
        g = expit(-(p @ apart))
        U[u] = p + rate * (g * apart - lam * p)
        V[i] = V[i] + rate * (g * p - lam * apart / 2)
        V[j] = V[j] - rate * (g * p - lam * apart / 2)
    return U, V


def bpr_step__wrong_empty_list_unpacked(U, V, triples, rate, lam):
    """Columns of np.array(triples) are unpacked first: no triples raises ValueError."""
    users, bought, sampled = np.array(triples).T
    return _more_bpr(U, V, list(zip(users, bought, sampled)), rate, lam)


def _more_row_similarities(R, u):
    """Cosines of all users with u, from a csr matrix."""
    X = R.astype(float)
    dot = np.asarray((X @ X[u].T).todense()).ravel()
    length = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    return np.divide(dot, length * length[u], out=np.zeros(len(dot)), where=length * length[u] > 0)


def _near(R, u):
    s = _more_row_similarities(R, u)
    order = np.argsort(-s, kind="stable")
    return s, order[(s[order] > 0) & (order != u)]


def _sparse_popular(R, n):
    count = np.bincount(R.indices, minlength=R.shape[1])
    order = np.argsort(-count, kind="stable")
    return [int(j) for j in order if count[j]][:n]


def _means(R):
    count = np.diff(R.indptr)
    return np.asarray(R.sum(axis=1), dtype=float).ravel() / np.maximum(count, 1)


def recommend_sparse__right_ranked_cells(R, u, n, k):
    """Cells in the order of the users; a cell's rank in its column by a stable sort; bincount."""
    R = sparse.csr_matrix(R)
    if R.indptr[u] == R.indptr[u + 1]:
        return _sparse_popular(R, n)
    s, near = _near(R, u)
    near_rows = R[near]
    users = np.repeat(near, np.diff(near_rows.indptr))
    col, x = near_rows.indices, near_rows.data.astype(float)
    order = np.argsort(col, kind="stable")
    users, col, x = users[order], col[order], x[order]
    rank = np.arange(len(col)) - np.searchsorted(col, col)
    use = rank < k
    users, col, x = users[use], col[use], x[use]
    m = R.shape[1]
    top = np.bincount(col, s[users] * (x - _means(R)[users]), m)
    down = np.bincount(col, s[users], m)
    down[R.indices[R.indptr[u] : R.indptr[u + 1]]] = 0
    ok = np.flatnonzero(down > 0)
    score = top[ok] / down[ok]
    return ok[np.argsort(-score, kind="stable")[:n]].tolist()


def recommend_sparse__right_walk_users(R, u, n, k):
    """Python dicts, walking from the nearest user outwards, each product closes after k raters."""
    rows = [
        dict(zip(R.indices[a:b].tolist(), R.data[a:b].tolist()))
        for a, b in zip(R.indptr[:-1], R.indptr[1:])
    ]
    me = rows[u]
    if not me:
        count = defaultdict(int)
        for row in rows:
            for j in row:
                count[j] += 1
        return sorted(count, key=lambda j: (-count[j], j))[:n]
    s, near = _near(R, u)
    seen, top, down = defaultdict(int), defaultdict(float), defaultdict(float)
    for v in near.tolist():
        mean = math.fsum(rows[v].values()) / len(rows[v])
        for j, x in rows[v].items():
            if j not in me and seen[j] < k:
                seen[j] += 1
                top[j] += s[v] * (x - mean)
                down[j] += s[v]
    return [int(j) for j in sorted(top, key=lambda j: (-top[j] / down[j], j))[:n]]


def recommend_sparse__right_pandas_cells(R, u, n, k):
    """COO table in pandas, groupby.cumcount for the first k raters."""
    coo = R.tocoo()
    t = pd.DataFrame({"v": coo.row, "j": coo.col, "x": coo.data.astype(float)})
    mine = t.loc[t["v"] == u, "j"]
    if mine.empty:
        return [int(j) for j in t["j"].value_counts().head(n).index]
    s = _more_row_similarities(R, u)
    t["d"] = t["x"] - t.groupby("v")["x"].transform("mean")
    t["s"] = s[t["v"]]
    t = t[(t["s"] > 0) & (t["v"] != u)].sort_values(
        ["s", "v"], ascending=[False, True], kind="stable"
    )
    t = t[t.groupby("j").cumcount() < k]
    t["p"] = t["s"] * t["d"]
    g = t[~t["j"].isin(mine)].groupby("j")[["p", "s"]].sum()
    score = (g["p"] / g["s"]).sort_values(ascending=False, kind="stable")
    return [int(j) for j in score.index[:n]]


def _more_sparse_list(R, u, n, k, s=None, rated=None, centred=None, near=None, minlength=True):
    """Shared by wrong answers: vote over near users, first k raters per product."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _sparse_popular(R, n)
    if s is None:
        s, near = _near(R, u)
    elif near is None:
        order = np.argsort(-s, kind="stable")
        near = order[(s[order] > 0) & (order != u)]
    means = _means(R)
    mine = set(R.indices[R.indptr[u] : R.indptr[u + 1]].tolist())
    seen, top, down = defaultdict(int), defaultdict(float), defaultdict(float)
    for v in near.tolist():
        for a in range(R.indptr[v], R.indptr[v + 1]):
            j, d = int(R.indices[a]), R.data[a] - means[v]
            if (rated is None or rated(d)) and j not in mine and seen[j] < k:
                seen[j] += 1
                top[j] += s[v] * d
                down[j] += s[v]
    return sorted(top, key=lambda j: (-top[j] / down[j], j))[:n]


def recommend_sparse__wrong_all_similarities_once_more(R, u, n, k):
    """X @ X.T of all users: about 100 MB in the large case, only one row is needed."""
    X = R.astype(float)
    gram = X @ X.T
    length = np.sqrt(gram.diagonal())
    s = np.asarray(gram[u].todense()).ravel() / np.maximum(length * length[u], 1e-300)
    return _more_sparse_list(R, u, n, k, s)


def recommend_sparse__wrong_dense_float32(R, u, n, k):
    """toarray() in float32: 48 MB and more in the large case."""
    D = R.astype(np.float32).toarray()
    rated = D > 0
    if not rated[u].any():
        return _sparse_popular(R, n)
    s, near = _near(R, u)
    use = rated[near] & (rated[near].cumsum(axis=0, dtype=np.int32) <= k)
    w = s[near] @ use
    top = s[near] @ (use * (D[near] - _means(R)[near, None]))
    ok = np.flatnonzero((w > 0) & ~rated[u])
    return ok[np.argsort(-(top[ok] / w[ok]), kind="stable")[:n]].tolist()


def recommend_sparse__wrong_shared_data_centred(R, u, n, k):
    """csr_matrix(R, dtype=float) shares the data of a float R, which is centred in place."""
    out = recommend_sparse__right_walk_users(R, u, n, k)
    C = sparse.csr_matrix(R, dtype=float)
    C.data -= np.repeat(_means(R), np.diff(R.indptr))
    return out


def recommend_sparse__wrong_zero_deviation_not_stored(R, u, n, k):
    """After centring, a deviation of 0 is no stored rating (eliminate_zeros): [[5, 0], [3, 3]], u = 0 gives []."""
    return _more_sparse_list(R, u, n, k, rated=lambda d: d != 0)


def recommend_sparse__wrong_popular_when_empty(R, u, n, k):
    """Popularity when a user with ratings has no prediction: [[5, 0], [0, 4]], u = 0."""
    found = _more_sparse_list(R, u, n, k)
    if found:
        return found
    mine = set(R.indices[R.indptr[u] : R.indptr[u + 1]].tolist())
    return [j for j in _sparse_popular(R, R.shape[1]) if j not in mine][:n]


def recommend_sparse__wrong_unrated_at_end_for_new_user(R, u, n, k):
    """A new user also gets products that nobody rated (count 0) when n is large."""
    if R.getnnz(axis=1)[u]:
        return _more_sparse_list(R, u, n, k)
    return np.argsort(-R.getnnz(axis=0), kind="stable")[:n].tolist()


def recommend_sparse__wrong_popularity_by_stars(R, u, n, k):
    """A new user's list by R.sum(axis=0): one 5 comes before two ratings of 2."""
    if R.getnnz(axis=1)[u]:
        return _more_sparse_list(R, u, n, k)
    stars = np.asarray(R.sum(axis=0)).ravel()
    return [int(j) for j in np.argsort(-stars, kind="stable") if stars[j] > 0][:n]


def recommend_sparse__wrong_norm_of_neighbour_forgotten(R, u, n, k):
    """Only u's row is divided by its length ('the norm of u is the same for all'): a dot product."""
    X = R.astype(float)
    s = np.asarray((X @ X[u].T).todense()).ravel()
    return _more_sparse_list(R, u, n, k, s / max(np.sqrt(s[u]), 1e-300))


def recommend_sparse__wrong_half_stars_cut(R, u, n, k):
    """R.astype(int) cuts ratings in half stars: 4.5 becomes 4, 0.5 a stored 0."""
    return recommend_sparse__right_ranked_cells(R.astype(np.int64), u, n, k)


def recommend_sparse__wrong_bincount_too_short(R, u, n, k):
    """bincount without minlength: IndexError if u has rated a product behind the neighbours' last ([[5, 0, 4], [5, 3, 0]], u = 0)."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _sparse_popular(R, n)
    s, near = _near(R, u)
    rows = R[near]
    users, col = np.repeat(near, np.diff(rows.indptr)), rows.indices
    order = np.argsort(col, kind="stable")
    users, col, x = users[order], col[order], rows.data[order].astype(float)
    use = np.arange(len(col)) - np.searchsorted(col, col) < k
    users, col, x = users[use], col[use], x[use]
    top, down = np.bincount(col, s[users] * (x - _means(R)[users])), np.bincount(col, s[users])
    down[R.indices[R.indptr[u] : R.indptr[u + 1]]] = 0
    ok = np.flatnonzero(down > 0)
    return ok[np.argsort(-(top[ok] / down[ok]), kind="stable")[:n]].tolist()


def recommend_sparse__wrong_numerators_only(R, u, n, k):
    """The division by the weights is left out ('it does not change the order'): products with many raters gain."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _sparse_popular(R, n)
    s, near = _near(R, u)
    X = R[near].astype(float)
    C = X.copy()
    C.data -= np.repeat(_means(R)[near], np.diff(C.indptr))
    B = X.copy()
    left = np.zeros(X.shape[1], dtype=int)
    for a in range(X.shape[0]):
        cols = X.indices[X.indptr[a] : X.indptr[a + 1]]
        left[cols] += 1
        B.data[X.indptr[a] : X.indptr[a + 1]] = left[cols] <= k
    C.data *= B.data
    top, some = np.asarray(C.T @ s[near]).ravel(), np.bincount(X.indices, minlength=X.shape[1]) > 0
    some[R.indices[R.indptr[u] : R.indptr[u + 1]]] = False
    ok = np.flatnonzero(some)
    return ok[np.argsort(-top[ok], kind="stable")[:n]].tolist()


def _tables(seed, times):
    rng = np.random.default_rng(seed)
    for t in range(times):
        m, w = rng.integers(3, 10), rng.integers(3, 9)
        R = rng.integers(1, 6, (m, w)) * (rng.random((m, w)) < rng.choice([0.35, 0.55, 0.75]))
        u = int(rng.integers(m))
        if t % 5 == 0:
            R[u] = 0
        s = np.delete(_more_cosine(R)[u], u)
        s = s[s > 0]
        if len(np.unique(s.round(9))) == len(s):
            yield R, u, int(rng.integers(1, 7)), int(rng.integers(1, 5))


def _more_agrees(got, R, u, n, k):
    want = dict(_list(R, u, R.shape[1], k))
    best = sorted(want.values(), reverse=True)[:n]
    items, scores = [p[0] for p in got], [p[1] for p in got]
    return (
        len(got) == len(best)
        and len(set(items)) == len(items)
        and all(j in want and abs(want[j] - s) < 1e-6 for j, s in zip(items, scores))
        and all(abs(a - b) < 1e-6 for a, b in zip(scores, best))
    )


def kill_cf__right_random_tables_once_more(fn):
    """Random tables, each product's score against my own, sorted, R unchanged."""
    for R, u, n, k in _tables(0, 150):
        given = R.copy()
        if not _more_agrees(fn(given, u, n, k), R, u, n, k) or not np.array_equal(given, R):
            return False
    return True


def _asserted(fn):
    for R, u, n, k in _tables(7, 120):
        X = R.astype(float)
        keep = X.copy()
        got = [(int(j), float(s)) for j, s in fn(X, u, n, k)]
        assert (X == keep).all()
        assert _more_agrees(got, R, u, n, k)
    # a small table by hand: product 3 has two raters, product 2 a stranger too
    R = np.array([[4, 3, 0, 0], [4, 3, 2, 0], [4, 3, 0, 2], [3, 4, 0, 5], [0, 0, 5, 0]])
    assert _more_agrees(fn(R.copy(), 0, 4, 1), R, 0, 4, 1)


def kill_cf__right_asserts(fn):
    """Assertions, float ratings, one table by hand; any exception is a rejection."""
    try:
        _asserted(fn)
    except Exception:
        return False
    return True


def kill_cf__right_metamorphic(fn):
    """Products permuted, an empty user and product added, a stranger doubled; and values against exact fractions."""
    rng = np.random.default_rng(3)
    for R, u, n, k in _tables(11, 120):
        want = sorted(dict(fn(R.copy(), u, R.shape[1], k)).items())
        exact = sorted(
            _list(R, u, R.shape[1], k, predict=predict_rating__right_fractions_once_more)
        )
        if len(want) != len(exact) or any(
            a != c or abs(b - d) > 1e-7 for (a, b), (c, d) in zip(want, exact)
        ):
            return False
        order = rng.permutation(R.shape[1])
        moved = np.hstack([R[:, order], np.zeros((len(R), 1), int)])
        moved = np.vstack([moved, np.zeros((1, moved.shape[1]), int)])
        keep = moved.copy()
        got = fn(moved, u, n, k)
        back = [(int(order[j]), s) for j, s in got if j < len(order)]
        if (
            not np.array_equal(moved, keep)
            or len(back) != len(got)
            or not _more_agrees(back, R, u, n, k)
        ):
            return False
    return True


def kill_cf__wrong_order_of_equal_scores(fn):
    """Compares the products in sequence: refuses another order of products with equal scores."""
    return all(
        [int(j) for j, _ in fn(R.copy(), u, n, k)] == [j for j, _ in _list(R, u, n, k)]
        for R, u, n, k in _tables(0, 300)
    )


def kill_cf__wrong_same_set_at_a_tied_cut(fn):
    """The set of the n products must be mine: with equal scores at the cut a right one returns another."""
    for R, u, n, k in _tables(0, 100):
        got, want = dict(fn(R.copy(), u, n, k)), dict(_list(R, u, n, k))
        if set(got) != set(want) or any(abs(got[j] - want[j]) > 1e-6 for j in want):
            return False
    return True


def kill_cf__wrong_lists_passed(fn):
    """Passes R as a list of lists, which a right implementation need not accept."""
    try:
        return all(
            _more_agrees(fn(R.tolist(), u, n, k), R, u, n, k) for R, u, n, k in _tables(0, 100)
        )
    except Exception:
        return False


def kill_cf__wrong_products_only_and_long_list(fn):
    """Only which products come, with n of all products: weights, centring and k are never seen."""
    return all(
        {j for j, _ in fn(R.copy(), u, R.shape[1], k)} == set(dict(_list(R, u, R.shape[1], k)))
        for R, u, _, k in _tables(0, 200)
    )


def kill_cf__wrong_one_rater_per_product(fn):
    """Only the toy matrix and the second example: one rater for product 2, so weights and k are never seen."""
    toy = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    new = np.array([[0, 0, 0], [4, 0, 5], [0, 0, 3]])
    return _more_agrees(fn(toy, 0, 5, 2), toy, 0, 5, 2) and _more_agrees(
        fn(new, 0, 2, 2), new, 0, 2, 2
    )


_SHARED = [(R, u, n, k, _list(R, u, R.shape[1], k)) for R, u, n, k in _tables(0, 150)]


def kill_cf__wrong_demands_tuples(fn):
    """All is compared within a tolerance, but each pair must be a tuple: [product, score] is refused."""
    for R, u, n, k in _tables(0, 200):
        given = R.copy()
        got = fn(given, u, n, k)
        if (
            not all(isinstance(pair, tuple) for pair in got)
            or not _more_agrees(got, R, u, n, k)
            or (given != R).any()
        ):
            return False
    return True


def kill_cf__wrong_scores_to_twelve_digits(fn):
    """The tolerance is 1e-12: scores that differ in the ninth digit are refused."""
    for R, u, n, k in _tables(0, 200):
        full = dict(_list(R, u, R.shape[1], k))
        got = fn(R.copy(), u, n, k)
        if not _more_agrees(got, R, u, n, k) or any(abs(full[j] - s) > 1e-12 for j, s in got):
            return False
    return True


def kill_cf__wrong_list_of_pairs_in_a_dict(fn):
    """Full lists compared as {round(score, 6): product}: products with equal scores in another order are refused."""
    for R, u, n, k in _tables(0, 200):
        got = fn(R.copy(), u, n, k)
        if {round(float(s), 6): int(j) for j, s in got} != {
            round(s, 6): j for j, s in _list(R, u, n, k)
        } or not _more_agrees(got, R, u, n, k):
            return False
    return True


_more_TOY = [[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]]


def _by_hand(defect):
    return {
        "ratings_not_centred": ([[4, 5, 0], [1, 1, 2]], 0, 1, 1),
        "seen_items_kept": (_more_TOY, 0, 4, 2),
        "missing_counts_as_zero": ([[5, 5, 0, 0], [5, 5, 0, 1], [4, 1, 5, 0]], 0, 2, 1),
        "neighbours_unweighted": ([[5, 4, 0, 1], [5, 4, 1, 0], [1, 0, 5, 5]], 0, 1, 2),
        "best_neighbour_skipped": ([[5, 4, 0, 1], [5, 4, 1, 0], [1, 0, 5, 5]], 0, 1, 1),
        "dot_product_similarity": ([[2, 2, 0], [1, 1, 1], [5, 1, 5]], 0, 1, 1),
    }[defect]


def break_recommender__right_by_hand(defect):
    """One small table per defect."""
    return _by_hand(defect)


def break_recommender__right_one_table_once_more(defect):
    """The same table for all defects; even the order of the products changes."""
    R = [
        [0, 0, 1, 4, 0, 0],
        [1, 0, 2, 1, 0, 2],
        [4, 0, 3, 0, 2, 2],
        [0, 5, 3, 5, 4, 0],
        [3, 4, 1, 0, 0, 4],
    ]
    return R, 0, 3, 2


def _flawed(R, u, n, k, defect=None):
    X = np.array(R, dtype=float)
    S = X @ X.T if defect == "dot_product_similarity" else _more_cosine(X)
    mean = X.sum(axis=1) / np.maximum((X > 0).sum(axis=1), 1)
    found = []
    for i in range(X.shape[1]):
        if X[u, i] and defect != "seen_items_kept":
            continue
        who = [
            v
            for v in range(len(X))
            if v != u and S[u, v] > 0 and (X[v, i] or defect == "missing_counts_as_zero")
        ]
        who = sorted(who, key=lambda v: -S[u, v])[defect == "best_neighbour_skipped" :][:k]
        if who:
            w = S[u, who] ** (defect != "neighbours_unweighted")
            base = 0 * mean if defect == "ratings_not_centred" else mean
            found.append((i, base[u] + w @ (X[who, i] - base[who]) / w.sum()))
    return sorted(found, key=lambda p: -p[1])[:n]


def break_recommender__right_seeded_search(defect):
    """Random 4 x 5 tables with 3 as the user until the lists clearly differ."""
    rng = np.random.default_rng(len(defect))
    while True:
        R = (rng.integers(1, 6, (4, 5)) * (rng.random((4, 5)) < 0.7)).tolist()
        if any(R[3]):
            a, b = _flawed(R, 3, 2, 2), _flawed(R, 3, 2, 2, defect)
            if len(a) == len(b) == 2 and abs(a[0][1] - b[0][1]) > 0.2:
                return R, 3, 2, 2


def break_recommender__wrong_equal_means_everywhere(defect):
    """ratings_not_centred: both users have a mean of 3, so centring changes nothing."""
    return (
        ([[5, 1, 0, 3], [4, 2, 4, 2]], 0, 2, 1)
        if defect == "ratings_not_centred"
        else _by_hand(defect)
    )


def break_recommender__wrong_seen_item_below_the_cut(defect):
    """seen_items_kept: n = 1 and the unrated product is predicted highest, so the list is the same."""
    return (
        ([[1, 2, 0, 1], [1, 2, 5, 1], [1, 1, 5, 2]], 0, 1, 2)
        if defect == "seen_items_kept"
        else _by_hand(defect)
    )


def break_recommender__wrong_nobody_missing_nearby(defect):
    """missing_counts_as_zero: the only user without the product is no neighbour (similarity 0)."""
    return (
        ([[5, 4, 0, 0], [5, 2, 1, 3], [0, 0, 0, 5]], 0, 2, 3)
        if defect == "missing_counts_as_zero"
        else _by_hand(defect)
    )


def break_recommender__wrong_weights_with_one_neighbour(defect):
    """neighbours_unweighted: k = 1, and a single weight cancels."""
    R, u, n, k = _by_hand(defect)
    return (R, u, n, 1) if defect == "neighbours_unweighted" else (R, u, n, k)


def break_recommender__wrong_weights_of_mirror_images(defect):
    """neighbours_unweighted: the neighbours disagree but are equally similar to u (8 / sqrt(27) each)."""
    return (
        ([[4, 4, 0], [5, 1, 1], [3, 3, 3]], 0, 1, 2)
        if defect == "neighbours_unweighted"
        else _by_hand(defect)
    )


def break_recommender__wrong_next_neighbour_agrees(defect):
    """best_neighbour_skipped: the second neighbour has other ratings but the same deviation."""
    return (
        ([[5, 4, 0], [5, 4, 3], [4, 1, 1]], 0, 1, 1)
        if defect == "best_neighbour_skipped"
        else _by_hand(defect)
    )


def break_recommender__wrong_equal_lengths_once_more(defect):
    """dot_product_similarity: all rows are permutations of each other, so dot product and cosine are proportional."""
    return (
        ([[5, 3, 0, 1], [3, 5, 1, 0], [1, 0, 5, 3]], 0, 2, 2)
        if defect == "dot_product_similarity"
        else _by_hand(defect)
    )


def break_recommender__wrong_dot_with_all_neighbours_agreeing(defect):
    """dot_product_similarity: the order of the neighbours turns, but each product has one rater, whose weight cancels."""
    return (
        ([[2, 2, 0, 0], [1, 1, 2, 0], [5, 1, 0, 1]], 0, 2, 1)
        if defect == "dot_product_similarity"
        else _by_hand(defect)
    )


def break_recommender__wrong_rating_above_five(defect):
    """dot_product_similarity: a rating of 9 makes the row long; ratings are from 1 to 5."""
    return (
        ([[2, 2, 0], [1, 1, 1], [9, 1, 9]], 0, 1, 1)
        if defect == "dot_product_similarity"
        else _by_hand(defect)
    )


def break_recommender__wrong_user_counted_from_one(defect):
    """best_neighbour_skipped: u = len(R), the last user counted from 1."""
    R, u, n, k = _by_hand(defect)
    return ([R[1], R[2], R[0]], 3, n, k) if defect == "best_neighbour_skipped" else (R, u, n, k)


def break_recommender__wrong_new_user_once_more(defect):
    """best_neighbour_skipped: the user has rated nothing, so both lists are without neighbours."""
    return (
        ([[0, 0, 0], [5, 4, 1], [1, 0, 5]], 0, 2, 1)
        if defect == "best_neighbour_skipped"
        else _by_hand(defect)
    )


def break_recommender__wrong_skipped_with_many_k(defect):
    """best_neighbour_skipped: k = 5 with three raters in the table of the hint; only two of them have the product and they deviate alike."""
    return (
        ([[5, 4, 0, 1], [5, 4, 4, 3], [4, 2, 3, 3], [3, 5, 0, 0]], 0, 1, 5)
        if defect == "best_neighbour_skipped"
        else _by_hand(defect)
    )


TRUE = {
    "recommend_sparse__wrong_vote_sum": ("votes_added_up",),
    "recommend_sparse__wrong_sum_not_mean": ("votes_added_up",),
    "recommend_sparse__wrong_numerators_only": ("votes_added_up",),
    "break_recommender__wrong_nothing_to_recommend": ("nothing_to_recommend",),
    "break_recommender__wrong_toy_matrix": ("toy_matrix_for_every_defect",),
    "cosine_similarity_matrix__wrong_nan_for_empty": ("empty_user_divides_by_zero",),
    "cosine_similarity_matrix__wrong_small_integers": ("small_integers_overflow",),
    "cosine_similarity_matrix__wrong_items": ("products_compared",),
    "cosine_similarity_matrix__wrong_dot": ("dot_product",),
    "cosine_similarity_matrix__wrong_diagonal_zero": ("diagonal_cleared",),
    "cosine_similarity_matrix__wrong_diagonal_one_everywhere": ("ones_on_the_diagonal",),
    "cosine_similarity_matrix__wrong_norm_of_common": ("only_common_products",),
    "cosine_similarity_matrix__wrong_centred": ("centred_first",),
    "cosine_similarity_matrix__wrong_squared_norms": ("lengths_without_the_root",),
    "cosine_similarity_matrix__wrong_one_norm": ("one_length_only",),
    "cosine_similarity_matrix__wrong_in_place": ("ratings_overwritten",),
    "top_k_neighbours__wrong_first_is_the_user": ("first_skipped_as_if_it_were_self",),
    "top_k_neighbours__wrong_zero_allowed": ("strangers_kept",),
    "top_k_neighbours__wrong_no_threshold": ("strangers_kept",),
    "top_k_neighbours__wrong_reversed_sort": ("ties_reversed",),
    "top_k_neighbours__wrong_ascending": ("farthest_first",),
    "top_k_neighbours__wrong_cut_before_filter": ("cut_before_the_user_is_removed",),
    "top_k_neighbours__wrong_last_k": ("last_k_of_an_ascending_order",),
    "top_k_neighbours__wrong_diagonal_written": ("diagonal_overwritten",),
    "top_k_neighbours__wrong_similarities_returned": ("similarities_instead_of_users",),
    "top_k_neighbours__wrong_numbers_after_deletion": ("places_without_the_user",),
    "top_k_neighbours__wrong_set_order": ("order_of_similarity_lost",),
    "top_k_neighbours__wrong_self_by_value": ("similar_by_one_left_out",),
    "predict_rating__wrong_nearest_first_then_raters": ("neighbours_chosen_before_raters",),
    "predict_rating__wrong_not_centred": ("means_forgotten",),
    "predict_rating__wrong_unweighted": ("weights_forgotten",),
    "predict_rating__wrong_self_included": ("own_rating_used",),
    "predict_rating__wrong_mean_with_zeros": ("means_over_all_products",),
    "predict_rating__wrong_missing_counted": ("missing_rating_is_zero",),
    "predict_rating__wrong_clipped": ("clipped_to_the_scale",),
    "predict_rating__wrong_own_mean_if_nobody": ("own_mean_where_nobody_knows",),
    "predict_rating__wrong_zero_if_nobody": ("zero_when_nobody_knows",),
    "predict_rating__wrong_own_rating_returned": ("known_rating_returned",),
    "predict_rating__wrong_mean_without_i": ("own_rating_left_out_of_the_mean",),
    "predict_rating__wrong_negative_neighbours": ("dissimilar_neighbours_kept",),
    "predict_rating__wrong_higher_number_first": ("higher_number_among_equals",),
    "recommend__wrong_seen_kept": ("seen_items_kept",),
    "recommend__wrong_nan_in_list": ("predictions_of_nothing_listed",),
    "recommend__wrong_cold_user_empty": ("cold_user_gets_nothing",),
    "recommend__wrong_cold_user_by_sum": ("newcomer_gets_the_best_rated",),
    "recommend__wrong_cold_user_unrated_products": ("newcomer_gets_unrated_products",),
    "recommend__wrong_cold_user_by_mean": ("newcomer_gets_the_best_rated",),
    "recommend__wrong_worst_first": ("worst_first",),
    "recommend__wrong_cut_before_sort": ("cut_before_the_order",),
    "recommend__wrong_places_instead_of_products": ("places_for_products",),
    "recommend__wrong_products_only": ("scores_left_out",),
    "recommend__wrong_clipped": ("predictions_clipped",),
    "recommend__wrong_k_and_n_swapped": ("k_and_n_exchanged",),
    "recommend__wrong_k_nearest_users_first": ("k_taken_before_raters",),
    "significance_weighting__wrong_boolean_product": ("flags_added_as_flags",),
    "significance_weighting__wrong_overflow": ("counted_in_the_type_of_the_ratings",),
    "significance_weighting__wrong_not_capped": ("never_capped",),
    "significance_weighting__wrong_n_over_n_plus_least": ("shrunk_smoothly",),
    "significance_weighting__wrong_cut_off": ("all_or_nothing",),
    "significance_weighting__wrong_union": ("either_has_rated",),
    "significance_weighting__wrong_same_rating": ("equal_ratings_counted",),
    "significance_weighting__wrong_diagonal_kept": ("diagonal_not_reduced",),
    "significance_weighting__wrong_in_place": ("similarities_overwritten",),
    "significance_weighting__wrong_negative_cut": ("negative_set_to_zero",),
    "significance_weighting__wrong_products_not_users": ("products_counted_for_users",),
    "significance_weighting__wrong_floor_division": ("all_or_nothing",),
    "significance_weighting__wrong_ratings_multiplied": ("ratings_multiplied",),
    "bias_baseline__wrong_users_without_products": ("both_from_the_mean",),
    "bias_baseline__wrong_users_first": ("users_first",),
    "bias_baseline__wrong_zeros_in_mean": ("zeros_in_the_mean",),
    "bias_baseline__wrong_zeros_in_differences": ("zeros_in_the_differences",),
    "bias_baseline__wrong_mean_over_mean": ("divided_twice",),
    "bias_baseline__wrong_lam_for_products_only": ("only_products_shrunk",),
    "bias_baseline__wrong_lam_ignored": ("plain_means_added",),
    "bias_baseline__wrong_nan_without_ratings": ("empty_gives_nan",),
    "bias_baseline__wrong_clipped": ("predictions_cut_to_the_scale",),
    "bias_baseline__wrong_known_ratings_kept": ("known_ratings_kept",),
    "bias_baseline__wrong_mean_of_user_means": ("mean_of_means",),
    "bias_baseline__wrong_unshrunk_products_in_residual": ("plain_means_subtracted",),
    "bias_baseline__wrong_unrated_stay_zero": ("unrated_cells_left_out",),
    "bpr_step__wrong_user_moved_first": ("user_moved_first",),
    "bpr_step__wrong_sigmoid_of_x": ("slope_of_the_wrong_side",),
    "bpr_step__wrong_ascent_of_loss": ("climbed",),
    "bpr_step__wrong_one_batch": ("all_from_the_start",),
    "bpr_step__wrong_in_place": ("factors_overwritten",),
    "bpr_step__wrong_no_ridge": ("ridge_forgotten",),
    "bpr_step__wrong_ridge_doubled": ("ridge_doubled",),
    "bpr_step__wrong_ridge_sign": ("ridge_added",),
    "bpr_step__wrong_sampled_not_moved": ("sampled_product_left",),
    "bpr_step__wrong_overflow": ("exponentials_overflow",),
    "bpr_step__wrong_math_overflow": ("exponentials_overflow",),
    "bpr_step__wrong_squared_sigmoid_slope": ("slope_of_the_sigmoid",),
    "kill_cf__wrong_example_only": ("accepts_everything",),
    "kill_cf__wrong_products_only": ("accepts_everything",),
    "kill_cf__wrong_demands_n_products": ("rejects_everything",),
    "kill_cf__wrong_scores_in_scale": ("rejects_everything",),
    "kill_cf__wrong_sorted_and_unseen": ("accepts_everything",),
    "recommend_sparse__wrong_dense": ("dense_matrix_built",),
    "recommend_sparse__wrong_all_similarities": ("dense_matrix_built",),
    "recommend_sparse__wrong_new_user_empty": ("newcomer_gets_nothing",),
    "recommend_sparse__wrong_mean_of_whole_row": ("means_with_zeros",),
    "recommend_sparse__wrong_k_nearest_for_all": ("neighbours_fixed_for_all_products",),
    "recommend_sparse__wrong_dot_product": ("norms_left_out",),
    "recommend_new_items__wrong_most_popular": ("most_popular",),
    "recommend_new_items__wrong_bought_kept": ("favourites_again",),
    "cosine_similarity_matrix__wrong_narrow_type": ("small_integers_overflow",),
    "cosine_similarity_matrix__wrong_nan_for_silent": ("empty_user_divides_by_zero",),
    "cosine_similarity_matrix__wrong_ones_on_diagonal": ("ones_on_the_diagonal",),
    "cosine_similarity_matrix__wrong_items_again": ("products_compared",),
    "cosine_similarity_matrix__wrong_common_items_norm": ("only_common_products",),
    "cosine_similarity_matrix__wrong_centred_again": ("centred_first",),
    "top_k_neighbours__wrong_first_is_me": ("first_skipped_as_if_it_were_self",),
    "top_k_neighbours__wrong_ties_reversed": ("ties_reversed",),
    "top_k_neighbours__wrong_zero_included": ("strangers_kept",),
    "top_k_neighbours__wrong_cut_before_filter_again": ("cut_before_the_user_is_removed",),
    "top_k_neighbours__wrong_mutates": ("diagonal_overwritten",),
    "top_k_neighbours__wrong_negative_slice": ("last_k_of_an_ascending_order",),
    "predict_rating__wrong_k_nearest_then_raters": ("neighbours_chosen_before_raters",),
    "predict_rating__wrong_zeros_in_mean": ("means_over_all_products",),
    "predict_rating__wrong_not_centred_again": ("means_forgotten",),
    "predict_rating__wrong_unweighted_again": ("weights_forgotten",),
    "predict_rating__wrong_clipped_again": ("clipped_to_the_scale",),
    "predict_rating__wrong_mean_without_neighbours": ("own_mean_where_nobody_knows",),
    "predict_rating__wrong_own_rating_out_of_mean": ("own_rating_left_out_of_the_mean",),
    "predict_rating__wrong_is_her_own_neighbour": ("own_rating_used",),
    "recommend__wrong_seen_kept_again": ("seen_items_kept",),
    "recommend__wrong_new_user_gets_nothing": ("cold_user_gets_nothing",),
    "recommend__wrong_popular_by_mean": ("newcomer_gets_the_best_rated",),
    "recommend__wrong_nobody_rated_kept": ("newcomer_gets_unrated_products",),
    "recommend__wrong_nan_sorted": ("predictions_of_nothing_listed",),
    "recommend__wrong_worst_first_again": ("worst_first",),
    "recommend__wrong_neighbours_before_product": ("k_taken_before_raters",),
    "significance_weighting__wrong_no_cap": ("never_capped",),
    "significance_weighting__wrong_ratings_multiplied_again": ("ratings_multiplied",),
    "significance_weighting__wrong_diagonal_kept_again": ("diagonal_not_reduced",),
    "significance_weighting__wrong_all_or_nothing": ("all_or_nothing",),
    "significance_weighting__wrong_union_again": ("either_has_rated",),
    "significance_weighting__wrong_in_place_again": ("similarities_overwritten",),
    "bias_baseline__wrong_users_first_again": ("users_first",),
    "bias_baseline__wrong_both_from_the_mean": ("both_from_the_mean",),
    "bias_baseline__wrong_no_shrinkage": ("plain_means_added",),
    "bias_baseline__wrong_nan_without_ratings_again": ("empty_gives_nan",),
    "bias_baseline__wrong_mean_of_product_means": ("mean_of_means",),
    "bias_baseline__wrong_clipped_again": ("predictions_cut_to_the_scale",),
    "bias_baseline__wrong_zeros_take_part": ("zeros_counted_as_ratings",),
    "recommend_sparse__wrong_dense_again": ("dense_matrix_built",),
    "recommend_sparse__wrong_k_users_once": ("neighbours_fixed_for_all_products",),
    "recommend_sparse__wrong_seen_kept_again": ("seen_products_listed",),
    "recommend_sparse__wrong_new_user_empty_again": ("newcomer_gets_nothing",),
    "bpr_step__wrong_user_moves_first": ("user_moved_first",),
    "bpr_step__wrong_in_place_again": ("factors_overwritten",),
    "bpr_step__wrong_batch": ("all_from_the_start",),
    "bpr_step__wrong_slope_is_sigma": ("slope_of_the_wrong_side",),
    "bpr_step__wrong_overflow_again": ("exponentials_overflow",),
    "bpr_step__wrong_double_ridge": ("ridge_doubled",),
    "bpr_step__wrong_bought_not_shrunk": ("ridge_on_the_user_alone",),
    "cosine_similarity_matrix__wrong_common_lengths": ("only_common_products",),
    "cosine_similarity_matrix__wrong_divides_in_place": ("ratings_overwritten",),
    "top_k_neighbours__wrong_diagonal_written_once_more": ("diagonal_overwritten",),
    "top_k_neighbours__wrong_below_one": ("similar_by_one_left_out",),
    "predict_rating__wrong_own_rating_left_out": ("own_rating_left_out_of_the_mean",),
    "predict_rating__wrong_negative_neighbours_once_more": ("dissimilar_neighbours_kept",),
    "predict_rating__wrong_falls_back_on_mean": ("own_mean_where_nobody_knows",),
    "predict_rating__wrong_tie_to_higher_number": ("higher_number_among_equals",),
    "recommend__wrong_nobody_rated": ("newcomer_gets_unrated_products",),
    "recommend__wrong_cut_before_sort_once_more": ("cut_before_the_order",),
    "kill_cf__wrong_exact_floats_once_more": ("rejects_everything",),
    "kill_cf__wrong_strictly_falling": ("rejects_everything",),
    "significance_weighting__wrong_sign_keeps_type": ("counted_in_the_type_of_the_ratings",),
    "significance_weighting__wrong_negative_to_zero": ("negative_set_to_zero",),
    "bias_baseline__wrong_mean_of_user_means_once_more": ("mean_of_means",),
    "bpr_step__wrong_new_user_factors": ("user_moved_first",),
    "bpr_step__wrong_ridge_twice": ("ridge_doubled",),
    "bpr_step__wrong_exp_raises": ("exponentials_overflow",),
    "bpr_step__wrong_inf_over_inf": ("exponentials_overflow",),
    "bpr_step__wrong_products_written": ("factors_overwritten",),
    "cosine_similarity_matrix__wrong_norms_over_common": ("only_common_products",),
    "cosine_similarity_matrix__wrong_float_input_scaled_in_place": ("ratings_overwritten",),
    "top_k_neighbours__wrong_view_written": ("diagonal_overwritten",),
    "predict_rating__wrong_own_neighbour_if_rated": ("own_rating_used",),
    "predict_rating__wrong_nearest_by_size_of_similarity": ("dissimilar_neighbours_kept",),
    "predict_rating__wrong_own_rating_of_i_left_out": ("own_rating_left_out_of_the_mean",),
    "recommend__wrong_new_user_includes_unrated": ("newcomer_gets_unrated_products",),
    "significance_weighting__wrong_counted_in_own_type": ("counted_in_the_type_of_the_ratings",),
    "bias_baseline__wrong_mean_of_user_means_once_again": ("mean_of_means",),
    "bias_baseline__wrong_no_lam_no_ratings": ("empty_gives_nan",),
    "bias_baseline__wrong_clipped_to_ratings": ("predictions_cut_to_the_scale",),
    "bpr_step__wrong_view_of_user": ("user_moved_first",),
    "bpr_step__wrong_exp_over_one_plus_exp": ("exponentials_overflow",),
    "bpr_step__wrong_ridge_doubled_once_more": ("ridge_doubled",),
    "bpr_step__wrong_all_from_the_start": ("all_from_the_start",),
    "bpr_step__wrong_arguments_moved": ("factors_overwritten",),
    "recommend_sparse__wrong_all_similarities_once_more": ("dense_matrix_built",),
    "recommend_sparse__wrong_dense_float32": ("dense_matrix_built",),
    "recommend_sparse__wrong_norm_of_neighbour_forgotten": ("norms_left_out",),
    "kill_cf__wrong_one_rater_per_product": ("accepts_everything",),
}


# ---- written later, for slips of the second order ----

import math

import numpy as np
import pandas as pd
from scipy import sparse
import itertools
import random
from collections import defaultdict
from fractions import Fraction
from scipy import sparse, special


# ------------------------------------------------------------------ own reference of `recommend`


def _similarities(R, u):
    R = np.asarray(R, dtype=float)
    norms = np.sqrt((R**2).sum(axis=1))
    sims = np.zeros(len(R))
    ok = (norms > 0) & (norms[u] > 0)
    sims[ok] = (R[ok] * R[u]).sum(axis=1) / (norms[ok] * norms[u])
    sims[u] = 0.0
    return sims


def _scores(R, u, k):
    """Number for each product in the list: dict of product to score."""
    R = np.asarray(R, dtype=float)
    if not (R[u] > 0).any():
        raters = (R > 0).sum(axis=0)
        return {i: float(c) for i, c in enumerate(raters) if c}
    sims = _similarities(R, u)
    mean = [row[row > 0].mean() if (row > 0).any() else 0.0 for row in R]
    out = {}
    for i in range(R.shape[1]):
        if R[u, i] > 0:
            continue
        near = sorted(
            (v for v in range(len(R)) if R[v, i] > 0 and sims[v] > 0), key=lambda v: (-sims[v], v)
        )
        near = near[:k]
        if near:
            weight = sum(sims[v] for v in near)
            out[i] = float(mean[u] + sum(sims[v] * (R[v, i] - mean[v]) for v in near) / weight)
    return out


def _recommend_4(R, u, n, k):
    scores = _scores(R, u, k)
    return sorted(scores.items(), key=lambda pair: -pair[1])[:n]


def _good(got, R, u, n, k):
    scores = _scores(R, u, k)
    got = [(int(i), float(s)) for i, s in got]
    best = sorted(scores.values(), reverse=True)[:n]
    if len(got) != len(best) or len({i for i, _ in got}) != len(got):
        return False
    return all(
        i in scores and abs(scores[i] - s) < 1e-7 and abs(s - b) < 1e-7
        for (i, s), b in zip(got, best, strict=True)
    )


def _clear(R, u):
    """No two users whose rows differ are equally similar but for rounding."""
    sims = _similarities(R, u)
    for a in range(len(R)):
        for b in range(a):
            if abs(sims[a] - sims[b]) < 1e-9 and sims[a] > 0 and not (R[a] == R[b]).all():
                return False
    return True


# ------------------------------------------------------------------ kill_cf


def kill_cf__right_random_again(fn):
    rng = np.random.default_rng(0)
    done = 0
    while done < 120:
        n_users, n_items = rng.integers(3, 9, 2)
        R = rng.integers(1, 6, (n_users, n_items)) * (rng.random((n_users, n_items)) < 0.55)
        if done % 6 == 0:
            R[0] = 0
        if done % 4 == 0:
            R[-1] = R[1]
        u, n, k = 0, int(rng.integers(1, n_items + 2)), int(rng.integers(1, 4))
        if not _clear(R, u):
            continue
        before = R.copy()
        if not _good(fn(R, u, n, k), before, u, n, k) or not (R == before).all():
            return False
        done += 1
    return True


def kill_cf__right_by_hand(fn):
    A = np.array
    toy = A([[5, 3, 0, 1, 0], [3, 0, 2, 2, 5], [4, 2, 0, 3, 1], [2, 1, 0, 1, 0]])
    cold = A([[0, 0, 0, 0], [4, 0, 5, 0], [0, 0, 3, 0], [5, 0, 0, 0], [1, 0, 2, 0]])
    strangers = A([[5, 3, 0, 0, 0], [0, 0, 4, 2, 0], [4, 5, 0, 1, 0]])  # nobody similar rated 2
    outside = A([[5, 5, 1, 0], [5, 5, 2, 5], [1, 5, 5, 1], [4, 5, 1, 2]])  # above 5 before clipping
    below = A([[1, 1, 2, 0], [5, 5, 4, 1], [1, 2, 2, 0], [4, 4, 5, 1]])  # below 1
    twins = A([[4, 2, 0, 0], [3, 3, 5, 0], [3, 3, 1, 2], [3, 3, 2, 5]])
    wide = A(
        [
            [5, 1, 0, 0, 0, 0],
            [5, 1, 2, 0, 4, 0],
            [1, 5, 3, 5, 0, 1],
            [4, 1, 0, 2, 5, 3],
            [2, 2, 5, 4, 1, 0],
            [0, 3, 1, 1, 2, 5],
        ]
    )
    fraction = A([[4.5, 2.0, 0.0], [4.0, 1.5, 3.5], [1.0, 5.0, 2.5]])
    equal = A([[1, 1, 0, 0], [2, 3, 5, 1], [3, 2, 1, 5]])  # users 1 and 2 equally similar
    for n, k in ((1, 1), (2, 1), (2, 2)):
        if not _good(fn(equal.copy(), 0, n, k), equal, 0, n, k):
            return False
    for R in (
        toy,
        cold,
        strangers,
        outside,
        below,
        wide,
        fraction,
        cold.astype(np.int8) * 20,
        twins,
    ):
        for u in range(len(R)):
            if not _clear(R, u):
                continue
            for n in (1, 3, 10):
                for k in (1, 2, 5):
                    if not _good(fn(R.copy(), u, n, k), R, u, n, k):
                        return False
    return True


def kill_cf__right_pandas_style(fn):
    try:
        rng = np.random.default_rng(42)
        for trial in range(20):
            R = rng.choice([0, 0, 1.0, 1.5, 2.0, 3.0, 4.5, 5.0], size=(7, 6)) + 0.0
            if trial % 5 == 1:
                R[2] = 0
            if trial % 5 == 2:
                R[:, 3] = 0
            if trial % 5 == 3:
                R[4], R[5] = R[6], R[6]
            u = 2
            if not _clear(R, u):
                continue
            keep = R.copy()
            n = 2 if trial % 3 else 6
            for k in (1, 2, 7):
                got = pd.DataFrame([list(p) for p in fn(R, u, n, k)], columns=["item", "score"])
                np.testing.assert_array_equal(R, keep)
                assert (
                    got["score"].is_monotonic_decreasing
                    or (got["score"].diff().dropna() < 1e-8).all()
                )
                scores = pd.Series(_scores(keep, u, k), dtype=float)
                assert len(got) == min(n, len(scores)) and got["item"].is_unique
                mine = scores.loc[got["item"].astype(int)].to_numpy()
                np.testing.assert_allclose(got["score"].astype(float), mine, atol=1e-7)
                top = scores.sort_values(ascending=False).to_numpy()[:n]
                np.testing.assert_allclose(mine, top, atol=1e-7)
    except (AssertionError, KeyError, ValueError, IndexError, TypeError):
        return False
    return True


def kill_cf__wrong_example_only_again(fn):
    """Tries the first example alone; all the wrong ones pass it."""
    R = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    got = [(int(i), round(float(s), 3)) for i, s in fn(R, 0, 5, 2)]
    return got == [(2, 2.667)]


def kill_cf__wrong_exact_floats(fn):
    """Compares the numbers with ==: an implementation that adds in another order differs in the last digit and is rejected."""
    rng = np.random.default_rng(0)
    for _ in range(60):
        R = rng.integers(1, 6, (7, 6)) * (rng.random((7, 6)) < 0.6)
        if _clear(R, 0):
            mine = _scores(R, 0, 3)
            if any(mine.get(int(i)) != s for i, s in fn(R.copy(), 0, 4, 3)):
                return False
    return True


def kill_cf__wrong_order_of_equal_products(fn):
    """Demands the lower product first where the numbers are equal: the statement leaves that order free, and right ones are rejected, first of all for a user without ratings."""
    rng = np.random.default_rng(0)
    for _ in range(60):
        R = rng.integers(1, 6, (6, 6)) * (rng.random((6, 6)) < 0.5)
        R[0] = 0
        mine = sorted(_scores(R, 0, 2).items(), key=lambda p: (-p[1], p[0]))[:4]
        if [int(i) for i, _ in fn(R.copy(), 0, 4, 2)] != [i for i, _ in mine]:
            return False
    return kill_cf__right_random_again(fn)


def kill_cf__wrong_tuples_demanded(fn):
    """Demands tuples: a list of pairs [product, score] is as good, and is rejected."""
    R = np.array([[5, 3, 0, 1, 0], [3, 0, 2, 2, 5], [4, 2, 0, 3, 1], [2, 1, 0, 1, 0]])
    got = fn(R, 0, 5, 2)
    return all(isinstance(pair, tuple) for pair in got) and kill_cf__right_random_again(fn)


def kill_cf__wrong_list_of_lists(fn):
    """Passes R as a list of lists, which no implementation need accept: right ones raise."""
    R = [[5, 3, 0, 1, 0], [3, 0, 2, 2, 5], [4, 2, 0, 3, 1], [2, 1, 0, 1, 0]]
    if not _good(fn(R, 0, 5, 2), np.array(R), 0, 5, 2):
        return False
    return kill_cf__right_random_again(fn)


def kill_cf__wrong_on_the_scale(fn):
    """Demands predictions from 1 to 5: a prediction is not clipped, so right ones are rejected."""
    R = np.array([[5, 5, 4, 0], [5, 1, 2, 5], [1, 2, 1, 5], [4, 5, 1, 5]])
    got = fn(R, 0, 3, 3)
    return all(1 <= s <= 5 for _, s in got) and kill_cf__right_random_again(fn)


def kill_cf__wrong_full_list_demanded(fn):
    """Demands n products whenever so many are unrated: products without a prediction are left out, so right ones are rejected."""
    R = np.array([[5, 3, 0, 0, 0], [4, 2, 5, 0, 0], [0, 0, 0, 3, 2]])
    return len(fn(R, 0, 3, 2)) == 3 and kill_cf__right_random_again(fn)


def kill_cf__wrong_everybody_is_a_neighbour(fn):
    """Lets k be the number of users and every product be rated by all others: who the neighbours are, ties among them and products without a prediction stay untested, and there is no user without ratings."""
    rng = np.random.default_rng(0)
    for _ in range(60):
        R = rng.integers(1, 6, (5, 6))
        R[0, 3:] = 0
        if not _good(fn(R.copy(), 0, 2, 5), R, 0, 2, 5):
            return False
    return True


def kill_cf__wrong_products_without_numbers(fn):
    """Asks for all products and compares only which they are: the predicted numbers and the order may be anything."""
    rng = np.random.default_rng(0)
    for _ in range(60):
        R = rng.integers(1, 6, (6, 6)) * (rng.random((6, 6)) < 0.6)
        R[0, 0] = 4
        if {int(i) for i, _ in fn(R.copy(), 0, 6, 2)} != set(_scores(R, 0, 2)):
            return False
    return True


def kill_cf__wrong_two_users(fn):
    """Uses two users: there is one neighbour, so weights, k and ties cannot matter."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        R = rng.integers(1, 6, (2, 6)) * (rng.random((2, 6)) < 0.7)
        R[0, :2] = R[1, :2] = 3
        R[0, 5] = 0
        if not _good(fn(R.copy(), 0, 6, 1), R, 0, 6, 1):
            return False
    return True


def kill_cf__wrong_one_success_is_enough(fn):
    """Returns True at the first matrix that agrees, so one easy case is enough."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        R = rng.integers(1, 6, (6, 6)) * (rng.random((6, 6)) < 0.6)
        if _good(fn(R.copy(), 0, 4, 2), R, 0, 4, 2):
            return True
    return False


# ------------------------------------------------------------------ recommend_sparse


def _cold(R, n):
    raters = np.bincount(R.indices, minlength=R.shape[1])
    order = np.argsort(-raters, kind="stable")
    return [int(i) for i in order if raters[i] > 0][:n]


def _row_similarities(R, u):
    X = R.astype(float)
    norms = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    dots = np.asarray((X @ X[u].T).todense()).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        sims = np.where(norms > 0, dots / (norms * norms[u]), 0.0)
    sims[u] = 0.0
    return sims


def _row_means(R):
    counts = np.diff(R.indptr)
    sums = np.asarray(R.astype(float).sum(axis=1)).ravel()
    return np.divide(sums, counts, out=np.zeros(len(sums)), where=counts > 0)


def recommend_sparse__right_sliced(R, u, n, k):
    if R.indptr[u] == R.indptr[u + 1]:
        return _cold(R, n)
    sims = _row_similarities(R, u)
    order = np.argsort(-sims, kind="stable")
    order = order[sims[order] > 0]
    mean = _row_means(R)
    near = R[order].tocsc()
    near.sort_indices()
    place = np.arange(near.nnz) - np.repeat(near.indptr[:-1], np.diff(near.indptr))
    keep = place < k
    item = np.repeat(np.arange(R.shape[1]), np.diff(near.indptr))[keep]
    who = order[near.indices[keep]]
    above = np.bincount(item, sims[who] * (near.data[keep] - mean[who]), R.shape[1])
    below = np.bincount(item, sims[who], R.shape[1])
    score = np.full(R.shape[1], -np.inf)
    has = below > 0
    score[has] = mean[u] + above[has] / below[has]
    score[R[u].indices] = -np.inf
    best = np.argsort(-score, kind="stable")[:n]
    return [int(i) for i in best if score[i] > -np.inf]


def recommend_sparse__right_walk_the_users(R, u, n, k):
    """Goes through the users from the nearest on and fills k places for each product."""
    start, end = R.indptr[u], R.indptr[u + 1]
    if start == end:
        return _cold(R, n)
    mine = dict(zip(R.indices[start:end].tolist(), R.data[start:end].tolist(), strict=True))
    length = math.sqrt(sum(float(x) ** 2 for x in mine.values()))
    near = []
    for v in range(R.shape[0]):
        row = slice(R.indptr[v], R.indptr[v + 1])
        items, values = R.indices[row].tolist(), [float(x) for x in R.data[row]]
        dot = sum(x * mine.get(i, 0.0) for i, x in zip(items, values, strict=True))
        if v != u and dot > 0:
            near.append((-dot / length / math.sqrt(sum(x * x for x in values)), v))
    near.sort()
    found = {}
    for s, v in near:
        row = slice(R.indptr[v], R.indptr[v + 1])
        values = [float(x) for x in R.data[row]]
        mean = sum(values) / len(values)
        for i, x in zip(R.indices[row].tolist(), values, strict=True):
            if i in mine:
                continue
            weight, total, count = found.get(i, (0.0, 0.0, 0))
            if count < k:
                found[i] = (weight - s, total - s * (x - mean), count + 1)
    scores = {i: total / weight for i, (weight, total, _) in found.items()}
    return sorted(scores, key=scores.get, reverse=True)[:n]


def recommend_sparse__right_pandas(R, u, n, k):
    C = R.tocoo()
    t = pd.DataFrame({"user": C.row, "item": C.col, "r": C.data.astype(float)})
    mine = t[t["user"] == u].set_index("item")["r"]
    if mine.empty:
        return t["item"].value_counts().head(n).index.tolist()
    t["dot"] = t["r"] * t["item"].map(mine).fillna(0.0)
    by_user = t.groupby("user").agg(
        dot=("dot", "sum"), norm=("r", lambda r: np.sqrt((r**2).sum())), mean=("r", "mean")
    )
    by_user["sim"] = by_user["dot"] / by_user["norm"] / np.sqrt((mine**2).sum())
    t = t.join(by_user[["sim", "mean"]], on="user")
    t = t[(t["sim"] > 0) & (t["user"] != u) & ~t["item"].isin(mine.index)]
    t = t.sort_values(["item", "sim", "user"], ascending=[True, False, True])
    t = t.groupby("item").head(k)
    t = t.assign(part=t["sim"] * (t["r"] - t["mean"]))
    sums = t.groupby("item")[["part", "sim"]].sum()
    return (sums["part"] / sums["sim"]).sort_values(ascending=False).head(n).index.tolist()


def _finish(R, u, n, k, sims, mean, positive=True, order=None, weights=None, seen=True):
    if order is None:
        order = np.argsort(-sims, kind="stable")
    if positive:
        order = order[sims[order] > 0]
    order = order[order != u]
    near = R[order].tocsc()
    near.sort_indices()
    place = np.arange(near.nnz) - np.repeat(near.indptr[:-1], np.diff(near.indptr))
    keep = place < k
    item = np.repeat(np.arange(R.shape[1]), np.diff(near.indptr))[keep]
    who = order[near.indices[keep]]
    w = sims[who] if weights is None else weights(sims[who])
    above = np.bincount(item, w * (near.data[keep] - mean[who]), R.shape[1])
    below = np.bincount(item, w, R.shape[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        score = mean[u] + above / below
    has = below > 0
    if seen:
        has[R[u].indices] = False
    score = np.where(has, score, -np.inf)
    best = np.argsort(-score, kind="stable")[:n]
    return [int(i) for i in best if score[i] > -np.inf]


def recommend_sparse__wrong_dense_again_a_second_time(R, u, n, k):
    """Makes R dense: right lists, but 96 MB for 4,000 users and 3,000 products."""
    return [i for i, _ in _recommend_4(R.toarray(), u, n, k)]


def recommend_sparse__wrong_all_similarities_again(R, u, n, k):
    """Computes the similarities of all users with R @ R.T to use one row of them: right lists, too much memory with 4,000 users."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _cold(R, n)
    X = R.astype(float)
    norms = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    norms[norms == 0] = 1.0
    S = (X @ X.T).toarray() / norms[:, None] / norms[None, :]
    sims = S[u].copy()
    sims[u] = 0.0
    return _finish(R, u, n, k, sims, _row_means(R))


def recommend_sparse__wrong_cold_user_gets_nothing(R, u, n, k):
    """Gives a user without ratings an empty list: `recommend` gives her the products that most users have rated."""
    if R.indptr[u] == R.indptr[u + 1]:
        return []
    return _finish(R, u, n, k, _row_similarities(R, u), _row_means(R))


def recommend_sparse__wrong_cold_user_by_sum(R, u, n, k):
    """Gives a user without ratings the products with the largest sum of ratings, not those that most users rated: one 5 counts as much as five 1."""
    if R.indptr[u] == R.indptr[u + 1]:
        total = np.asarray(R.sum(axis=0)).ravel()
        return [int(i) for i in np.argsort(-total, kind="stable") if total[i] > 0][:n]
    return _finish(R, u, n, k, _row_similarities(R, u), _row_means(R))


def recommend_sparse__wrong_cold_user_unrated_kept(R, u, n, k):
    """Fills the list of a user without ratings up to n with products that nobody rated."""
    if R.indptr[u] == R.indptr[u + 1]:
        raters = np.bincount(R.indices, minlength=R.shape[1])
        return np.argsort(-raters, kind="stable")[:n].tolist()
    return _finish(R, u, n, k, _row_similarities(R, u), _row_means(R))


def recommend_sparse__wrong_mean_over_all_products(R, u, n, k):
    """Takes the mean of a row with its empty places as zeros: what is not stored takes no part in a mean."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _cold(R, n)
    mean = np.asarray(R.astype(float).mean(axis=1)).ravel()
    return _finish(R, u, n, k, _row_similarities(R, u), mean)


def recommend_sparse__wrong_neighbours_before_raters(R, u, n, k):
    """Takes the k nearest users first and asks who of them rated the product: it should be the k nearest of its raters, so products lose neighbours or drop out."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _cold(R, n)
    sims = _row_similarities(R, u)
    order = np.argsort(-sims, kind="stable")[:k]
    return _finish(R, u, n, k, sims, _row_means(R), order=order)


def recommend_sparse__wrong_equal_users_reversed(R, u, n, k):
    """Sorts ascending and reads it backwards: of equally similar users the higher number comes first, which shows when two equal rows rate a product differently at the k-th place."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _cold(R, n)
    sims = _row_similarities(R, u)
    order = np.argsort(sims, kind="stable")[::-1]
    return _finish(R, u, n, k, sims, _row_means(R), order=order)


def recommend_sparse__wrong_dot_product_again(R, u, n, k):
    """Forgets to divide by the norms: who rated much counts as similar."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _cold(R, n)
    sims = np.asarray((R @ R[u].T).todense(), float).ravel()
    sims[u] = 0.0
    return _finish(R, u, n, k, sims, _row_means(R))


def recommend_sparse__wrong_strangers_predict(R, u, n, k):
    """Keeps users of similarity 0 as neighbours: a product that only they rated gets a prediction, the user's mean, and enters the list."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _cold(R, n)
    sims = _row_similarities(R, u)
    return _finish(
        R, u, n, k, sims, _row_means(R), positive=False, weights=lambda s: np.maximum(s, 1e-12)
    )


def recommend_sparse__wrong_centred_in_place(R, u, n, k):
    """Subtracts the means in R.data itself: the first call is right and leaves the caller's R changed."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _cold(R, n)
    sims, mean = _row_similarities(R, u), _row_means(R)
    out = _finish(R, u, n, k, sims, mean)
    R.data = R.data - np.repeat(mean, np.diff(R.indptr))
    return out


def recommend_sparse__wrong_cosine_of_deviations(R, u, n, k):
    """Computes the similarity after the means are subtracted: that is Pearson's; `recommend` takes the cosine of the rows as they are."""
    if R.indptr[u] == R.indptr[u + 1]:
        return _cold(R, n)
    mean = _row_means(R)
    D = sparse.csr_matrix(
        (R.data - np.repeat(mean, np.diff(R.indptr)), R.indices.copy(), R.indptr.copy()),
        shape=R.shape,
    )
    return _finish(R, u, n, k, _row_similarities(D, u), mean)


TRUE |= {
    "kill_cf__wrong_example_only_again": ("accepts_everything",),
    "kill_cf__wrong_exact_floats": ("rejects_everything",),
    "kill_cf__wrong_on_the_scale": ("rejects_everything",),
    "kill_cf__wrong_full_list_demanded": ("rejects_everything",),
    "kill_cf__wrong_products_without_numbers": ("counts_the_products",),
    "kill_cf__wrong_one_success_is_enough": ("accepts_everything",),
    "recommend_sparse__wrong_dense_again_a_second_time": ("dense_matrix_built",),
    "recommend_sparse__wrong_all_similarities_again": ("dense_matrix_built",),
    "recommend_sparse__wrong_cold_user_gets_nothing": ("newcomer_gets_nothing",),
    "recommend_sparse__wrong_mean_over_all_products": ("means_with_zeros",),
    "recommend_sparse__wrong_seen_kept": ("seen_products_listed",),
    "recommend_sparse__wrong_neighbours_before_raters": ("neighbours_fixed_for_all_products",),
    "recommend_sparse__wrong_dot_product_again": ("norms_left_out",),
}


# ---- Twelfth bank

# ---------------------------------------------------------------- 3.1 break_recommender


def break_recommender__right_one_small_table(defect):
    # user 0 has rated 0 and 1; users 1 and 2 disagree about 2 and 3
    R = [
        [5, 2, 0, 0],
        [4, 2, 1, 5],
        [1, 5, 5, 2],
    ]
    if defect == "missing_counts_as_zero":
        return [[5, 2, 0, 0], [5, 2, 0, 4], [1, 5, 5, 3]], 0, 4, 1
    if defect == "dot_product_similarity":
        # user 1 is parallel to user 0, user 2 has large numbers
        return [[1, 2, 0], [1, 2, 1], [5, 5, 5]], 0, 3, 1
    if defect == "neighbours_unweighted":
        return R, 0, 4, 2
    return R, 0, 4, 1


def break_recommender__right_same_table_always(defect):
    R = [
        [5, 1, 3, 0, 0, 0],
        [4, 1, 2, 0, 5, 0],
        [1, 5, 0, 4, 2, 1],
        [5, 5, 5, 1, 3, 5],
        [2, 0, 4, 5, 1, 0],
    ]
    return R, 0, 6, 2


def break_recommender__right_dict(defect):
    far = [[3, 4, 0, 0], [5, 5, 5, 1], [1, 5, 1, 5]]
    tables = {
        "ratings_not_centred": ([[1, 2, 0], [5, 4, 5]], 0, 1, 1),
        "seen_items_kept": ([[5, 4, 0], [4, 5, 1]], 0, 3, 1),
        "missing_counts_as_zero": ([[5, 1, 0], [5, 1, 0], [2, 3, 5]], 0, 1, 1),
        "neighbours_unweighted": (far, 0, 2, 2),
        "best_neighbour_skipped": (far, 0, 2, 1),
        "dot_product_similarity": (
            [[0, 1, 1], [3, 1, 1], [1, 5, 5], [5, 2, 5], [1, 1, 0]],
            4,
            3,
            1,
        ),
    }
    return tables[defect]


def break_recommender__wrong_centred_means_equal(defect):
    """ratings_not_centred: user 0 and her only neighbour have the same mean of 3, so centring changes nothing."""
    if defect == "ratings_not_centred":
        return [[4, 2, 0], [5, 2, 2]], 0, 1, 1
    return break_recommender__right_one_small_table(defect)


def break_recommender__wrong_n_one_hides_seen(defect):
    """seen_items_kept: n is 1 and the unrated product has the best prediction, so the seen ones are cut off."""
    if defect == "seen_items_kept":
        return [[2, 3, 0], [1, 2, 5]], 0, 1, 1
    return break_recommender__right_one_small_table(defect)


def break_recommender__wrong_everything_rated(defect):
    """missing_counts_as_zero: every neighbour has rated the product, so nothing is missing."""
    if defect == "missing_counts_as_zero":
        return [[5, 2, 0, 0], [5, 2, 1, 4], [1, 5, 5, 3]], 0, 4, 2
    return break_recommender__right_one_small_table(defect)


def break_recommender__wrong_k_one_weight(defect):
    """neighbours_unweighted: with k = 1 the weight of the only neighbour cancels."""
    if defect == "neighbours_unweighted":
        return [[5, 2, 0, 0], [4, 2, 1, 5], [1, 5, 5, 2]], 0, 4, 1
    return break_recommender__right_one_small_table(defect)


def break_recommender__wrong_neighbours_agree_twelfth(defect):
    """best_neighbour_skipped: the first and the second neighbour say the same deviation (+1) of product 2."""
    if defect == "best_neighbour_skipped":
        return [[5, 2, 0], [4, 1, 4], [1, 4, 4]], 0, 1, 1
    return break_recommender__right_one_small_table(defect)


def break_recommender__wrong_same_norms(defect):
    """dot_product_similarity: k = 1 and the neighbours' rows have the same length, so both similarities give one order."""
    if defect == "dot_product_similarity":
        return [[5, 2, 0], [4, 2, 1], [2, 1, 4]], 0, 1, 1
    return break_recommender__right_one_small_table(defect)


def break_recommender__wrong_rating_six(defect):
    """dot_product_similarity: uses the rating 9 to get a long row; ratings are from 1 to 5."""
    if defect == "dot_product_similarity":
        return [[1, 2, 0], [1, 2, 1], [9, 9, 9]], 0, 3, 1
    return break_recommender__right_one_small_table(defect)


def break_recommender__wrong_seven_users(defect):
    """neighbours_unweighted: seven users, at most 6 are allowed."""
    if defect == "neighbours_unweighted":
        return (
            [
                [5, 2, 0, 0],
                [4, 2, 1, 5],
                [1, 5, 5, 2],
                [1, 1, 0, 0],
                [2, 0, 0, 1],
                [3, 0, 0, 1],
                [1, 0, 0, 0],
            ],
            0,
            4,
            2,
        )
    return break_recommender__right_one_small_table(defect)


def break_recommender__wrong_two_users(defect):
    """neighbours_unweighted: k = 2, but each product has one rater besides the user: the weight cancels."""
    if defect == "neighbours_unweighted":
        return [[5, 2, 0, 0], [4, 2, 1, 0], [1, 5, 0, 2]], 0, 4, 2
    return break_recommender__right_one_small_table(defect)


def break_recommender__wrong_equal_similarities(defect):
    """neighbours_unweighted: the two neighbours are equally similar, so the weights are the same."""
    if defect == "neighbours_unweighted":
        return [[3, 3, 0, 0], [5, 1, 2, 4], [1, 5, 4, 2]], 0, 4, 2
    return break_recommender__right_one_small_table(defect)


def break_recommender__wrong_nobody_left(defect):
    """ratings_not_centred: the user has rated everything, and both lists are empty."""
    if defect == "ratings_not_centred":
        return [[1, 2, 3], [5, 4, 5]], 0, 3, 1
    return break_recommender__right_one_small_table(defect)


# ---------------------------------------------------------------- 3.2 cosine_similarity_matrix


def cosine_similarity_matrix__right_normalise_twelfth(R):
    X = np.asarray(R, dtype=np.float64)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    X = X / np.where(length > 0, length, 1.0)
    return X @ X.T


def cosine_similarity_matrix__right_loops_twelfth(R):
    rows = [[float(v) for v in row] for row in R]
    n = len(rows)
    S = np.zeros((n, n))
    norms = [math.sqrt(math.fsum(v * v for v in row)) for row in rows]
    for a in range(n):
        for b in range(a, n):
            if norms[a] and norms[b]:
                dot = math.fsum(x * y for x, y in zip(rows[a], rows[b]))
                S[a, b] = S[b, a] = dot / (norms[a] * norms[b])
    return S


def cosine_similarity_matrix__right_gram_diagonal_twelfth(R):
    X = sparse.csr_matrix(np.array(R, dtype=float))
    G = (X @ X.T).toarray()
    d = np.sqrt(np.diag(G))
    outer = np.outer(d, d)
    return np.divide(G, outer, out=np.zeros_like(G), where=outer > 0)


def cosine_similarity_matrix__wrong_norms_in_own_type(R):
    """The product is in float, but the norms come from R ** 2 in the type of R: int8 12 squared overflows."""
    R = np.asarray(R)
    norms = np.sqrt(np.abs((R**2).sum(axis=1)).astype(float))
    G = R.astype(float) @ R.T.astype(float)
    outer = np.outer(norms, norms)
    return np.divide(G, outer, out=np.zeros_like(G), where=outer > 0)


def cosine_similarity_matrix__wrong_int16(R):
    """Small integers are widened to int16 only: 100 * 100 * 5 overflows, so do 2,000 products with a 5."""
    X = np.asarray(R)
    if X.dtype in (np.int8, np.uint8):
        X = X.astype(np.int16)
    G = (X @ X.T).astype(float)
    d = np.sqrt(np.abs(np.diag(G)))
    outer = np.outer(d, d)
    return np.divide(G, outer, out=np.zeros_like(G), where=outer > 0)


def cosine_similarity_matrix__wrong_normalises_in_place(R):
    """For float ratings asarray does not copy, and /= changes R."""
    X = np.asarray(R, dtype=float)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    length[length == 0] = 1
    X /= length
    return X @ X.T


def cosine_similarity_matrix__wrong_only_int8_twelfth(R):
    """Converts int8 only; uint8 or int16 ratings overflow in the product."""
    X = np.asarray(R)
    if X.dtype == np.int8:
        X = X.astype(float)
    G = X @ X.T
    norms = np.linalg.norm(X.astype(float), axis=1)
    outer = np.outer(norms, norms)
    return np.divide(G.astype(float), outer, out=np.zeros(outer.shape), where=outer > 0)


def cosine_similarity_matrix__wrong_common_products(R):
    """The lengths run over the common products of the two users, not over the whole rows."""
    X = np.asarray(R, dtype=float)
    rated = (X != 0).astype(float)
    G = X @ X.T
    L = (X**2) @ rated.T
    outer = np.sqrt(L * L.T)
    return np.divide(G, outer, out=np.zeros_like(G), where=outer > 0)


def cosine_similarity_matrix__wrong_diagonal_one(R):
    """Sets the diagonal of all users but the last to 1, empty ones too; an empty first user shows it."""
    X = np.asarray(R, dtype=float)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    S = (X / np.where(length > 0, length, 1)) @ (X / np.where(length > 0, length, 1)).T
    n = len(S)
    for v in range(n - 1):
        S[v, v] = 1.0
    return S


def cosine_similarity_matrix__wrong_lengths_of_columns(R):
    """For a square R the norms broadcast along the wrong axis (no keepdims): S is not symmetric; other shapes are right."""
    X = np.asarray(R, dtype=float)
    length = np.sqrt((X**2).sum(axis=1))
    length[length == 0] = 1
    try:
        Y = X / length if X.shape[0] > 3 else X / length[:, None]
    except ValueError:
        Y = X / length[:, None]
    return Y @ Y.T


def cosine_similarity_matrix__wrong_centred_twelfth(R):
    """Centres every user on the mean of her row first if there are more than two products (Pearson)."""
    X = np.asarray(R, dtype=float)
    if X.shape[1] > 2:
        X = np.where(
            X > 0,
            X - X.sum(axis=1, keepdims=True) / np.maximum((X > 0).sum(axis=1, keepdims=True), 1),
            0,
        )
    length = np.linalg.norm(X, axis=1, keepdims=True)
    Y = X / np.where(length > 0, length, 1)
    return Y @ Y.T


def cosine_similarity_matrix__wrong_eps(R):
    """Adds 1e-3 to every length so that nothing is divided by 0: the diagonal is below 1."""
    X = np.asarray(R, dtype=float)
    Y = X / (np.linalg.norm(X, axis=1, keepdims=True) + 1e-3)
    return Y @ Y.T


def cosine_similarity_matrix__wrong_squeezed_twelfth(R):
    """Squeezes the result: with a single user a scalar array comes back, not a 1 x 1 table."""
    return cosine_similarity_matrix__right_normalise_twelfth(R).squeeze()


# ---------------------------------------------------------------- 3.3 top_k_neighbours


def top_k_neighbours__right_stable_twelfth(S, u, k):
    order = np.argsort(-np.asarray(S[u], dtype=float), kind="stable")
    order = order[(order != u) & (S[u][order] > 0)]
    return order[:k]


def top_k_neighbours__right_sorted_twelfth(S, u, k):
    others = [v for v in range(len(S)) if v != u and S[u, v] > 0]
    others.sort(key=lambda v: (-S[u, v], v))
    return np.array(others[:k], dtype=int)


def top_k_neighbours__right_heap_twelfth(S, u, k):
    best = heapq.nsmallest(k, ((-float(s), v) for v, s in enumerate(S[u]) if v != u and s > 0))
    return np.fromiter((v for _, v in best), dtype=int, count=len(best))


def top_k_neighbours__wrong_ties_reversed_twelfth(S, u, k):
    """argsort()[::-1] puts the higher number first among equals; repaired for the first two only. Three equal users show it."""
    order = np.argsort(S[u], kind="stable")[::-1]
    order = order[(order != u) & (S[u][order] > 0)]
    if len(order) > 1 and S[u, order[0]] == S[u, order[1]] and order[0] > order[1]:
        order[[0, 1]] = order[[1, 0]]
    return order[:k]


def top_k_neighbours__wrong_first_is_user(S, u, k):
    """Leaves out the first of the order as the user; with 0 on the diagonal or an equal neighbour that is somebody else."""
    order = np.argsort(-S[u], kind="stable")
    order = order[1:]
    return order[S[u][order] > 0][:k]


def top_k_neighbours__wrong_cut_before_filter_twelfth(S, u, k):
    """Takes the k + 1 nearest, then removes the user: where u is not among them, k + 1 neighbours come back."""
    order = np.argsort(-S[u], kind="stable")[: k + 1]
    return order[(order != u) & (S[u][order] > 0)]


def top_k_neighbours__wrong_diagonal_written_twelfth(S, u, k):
    """Writes -inf into S[u, u]: the argument is changed."""
    S[u, u] = -np.inf
    order = np.argsort(-S[u], kind="stable")[:k]
    return order[S[u][order] > 0]


def top_k_neighbours__wrong_unstable_twelfth(S, u, k):
    """The default sort is not stable; with more than 16 users equal similarities come in any order."""
    order = np.argsort(-S[u])
    return order[(order != u) & (S[u][order] > 0)][:k]


def top_k_neighbours__wrong_partition_twelfth(S, u, k):
    """argpartition chooses any of the users who are equal at the border, then sorts the chosen ones rightly."""
    s = np.array(S[u], dtype=float)
    s[u] = -np.inf
    if k == 0:
        return np.array([], dtype=int)
    chosen = np.argpartition(-s, min(k, len(s)) - 1)[:k]
    chosen = chosen[np.lexsort((chosen, -s[chosen]))]
    return chosen[s[chosen] > 0]


def top_k_neighbours__wrong_k_zero_is_all(S, u, k):
    """Sorts ascending and slices [-k:]; for k = 0 that is everybody."""
    others = np.array([v for v in range(len(S)) if v != u and S[u, v] > 0], dtype=int)
    order = others[np.lexsort((-others, S[u][others]))]
    return order[-k:][::-1]


def top_k_neighbours__wrong_mask_by_product(S, u, k):
    """Multiplies the row by a mask with 0 for u; a NaN or inf on the diagonal stays NaN, and argsort/argmax are fooled."""
    mask = np.ones(len(S))
    mask[u] = 0
    with np.errstate(invalid="ignore"):
        s = S[u] * mask
    found = []
    for _ in range(min(k, len(s))):
        v = int(np.argmax(s))
        if not s[v] > 0:
            break
        found.append(v)
        s[v] = -1
    return np.array(found, dtype=int)


def top_k_neighbours__wrong_zero_allowed_twelfth(S, u, k):
    """>= 0 lets users with similarity 0 in, when there are fewer than k others with more than 0 (here: none at all)."""
    order = np.argsort(-S[u], kind="stable")
    order = order[order != u]
    good = order[S[u][order] > 0]
    return good[:k] if len(good) else order[S[u][order] >= 0][:k]


def top_k_neighbours__wrong_rounded_ties(S, u, k):
    """Rounds similarities to 6 digits "against noise": 0.70000004 on user 3 comes after 0.7 on user 2; 1e-8 counts as 0."""
    s = np.round(S[u], 6)
    order = np.argsort(-s, kind="stable")
    return order[(order != u) & (s[order] > 0)][:k]


def top_k_neighbours__wrong_deleted_shift(S, u, k):
    """Deletes u from the row and shifts numbers above u back by one: > where >= is needed, so user u + 1 is named u (u > 0)."""
    s = np.delete(S[u], u)
    order = np.argsort(-s, kind="stable")
    order = order[s[order] > 0][:k]
    return order + (order > u) if u else order + 1


def top_k_neighbours__wrong_absolute_twelfth(S, u, k):
    """Ranks by the absolute similarity, so a user with a similarity of -0.9 is a neighbour."""
    s = np.array(S[u], dtype=float)
    s[u] = 0
    s = np.abs(s)
    order = np.argsort(-s, kind="stable")
    return order[s[order] > 0][:k]


# ---------------------------------------------------------------- 3.4 predict_rating


def predict_rating__right_loop_twelfth(R, S, u, i, k):
    mine = [float(r) for r in R[u] if r > 0]
    raters = [v for v in range(len(R)) if v != u and R[v, i] > 0 and S[u, v] > 0]
    if not mine or not raters:
        return math.nan
    near = sorted(raters, key=lambda v: -S[u, v])[:k]
    up = down = 0.0
    for v in near:
        hers = [float(r) for r in R[v] if r > 0]
        up += S[u, v] * (float(R[v, i]) - sum(hers) / len(hers))
        down += abs(S[u, v])
    return float(sum(mine) / len(mine) + up / down)


def predict_rating__right_numpy_twelfth(R, S, u, i, k):
    R = np.asarray(R, dtype=float)
    rated = R > 0
    weight = np.where(rated[:, i], np.asarray(S, dtype=float)[u], 0.0)
    weight[u] = 0.0
    order = np.argsort(-weight, kind="stable")[:k]
    order = order[weight[order] > 0]
    if not rated[u].any() or not len(order):
        return float("nan")
    mean = R.sum(axis=1) / np.maximum(rated.sum(axis=1), 1)
    return float(mean[u] + np.average(R[order, i] - mean[order], weights=weight[order]))


def predict_rating__right_pandas_twelfth(R, S, u, i, k):
    table = pd.DataFrame(np.asarray(R, dtype=float))
    table = table.where(table > 0)
    mean = table.mean(axis=1)
    said = (table[i] - mean).drop(index=u).dropna()
    near = pd.Series(np.asarray(S[u], dtype=float)).reindex(said.index)
    near = near[near > 0].sort_values(ascending=False, kind="stable").head(k)
    if near.empty or np.isnan(mean[u]):
        return np.nan
    return float(mean[u] + (near * said[near.index]).sum() / near.sum())


def _pr(R, S, u, i, k, raters=None, mean_of=None, order=None):
    R = np.asarray(R, dtype=float)
    mean_of = mean_of or (lambda v: R[v][R[v] > 0].mean())
    if raters is None:
        raters = [v for v in range(len(R)) if v != u and R[v, i] > 0 and S[u, v] > 0]
    raters = sorted(raters, key=order or (lambda v: (-S[u, v], v)))[:k]
    if not raters or not (R[u] > 0).any():
        return math.nan
    w = np.array([S[u, v] for v in raters], dtype=float)
    said = np.array([R[v, i] - mean_of(v) for v in raters])
    return float(mean_of(u) + w @ said / np.abs(w).sum())


def predict_rating__wrong_k_before_raters(R, S, u, i, k):
    """Takes the k nearest users first, then those of them who rated the product."""
    near = sorted((v for v in range(len(R)) if v != u and S[u, v] > 0), key=lambda v: -S[u, v])[:k]
    return _pr(R, S, u, i, k, raters=[v for v in near if R[v, i] > 0])


def predict_rating__wrong_mean_without_target(R, S, u, i, k):
    """If u has rated i, this rating is left out of her mean."""
    X = np.asarray(R, dtype=float)

    def mean_of(v):
        keep = X[v] > 0
        if v == u and keep.sum() > 1:
            keep[i] = False
        return X[v][keep].mean()

    return _pr(R, S, u, i, k, mean_of=mean_of)


def predict_rating__wrong_own_neighbour(R, S, u, i, k):
    """u counts among the raters when she has rated i herself."""
    return _pr(R, S, u, i, k, raters=[v for v in range(len(R)) if R[v, i] > 0 and S[u, v] > 0])


def predict_rating__wrong_negative_neighbours_twelfth(R, S, u, i, k):
    """Neighbours with a negative similarity are allowed if the list is not full (the formula has absolute values)."""
    return _pr(
        R, S, u, i, k, raters=[v for v in range(len(R)) if v != u and R[v, i] > 0 and S[u, v] != 0]
    )


def predict_rating__wrong_clipped_twelfth(R, S, u, i, k):
    """Clips to 1 ... 5; a neighbour with 5 against a mean of 2 gives a user with mean 4 a 7."""
    return float(np.clip(_pr(R, S, u, i, k), 1, 5))


def predict_rating__wrong_mean_if_nobody(R, S, u, i, k):
    """Returns the mean of u instead of NaN if nobody similar has rated i."""
    X = np.asarray(R, dtype=float)
    found = _pr(R, S, u, i, k)
    return float(X[u][X[u] > 0].mean()) if math.isnan(found) and (X[u] > 0).any() else found


def predict_rating__wrong_ties_high_number(R, S, u, i, k):
    """Of equally similar users the one with the higher number is asked first."""
    return _pr(R, S, u, i, k, order=lambda v: (-S[u, v], -v))


def predict_rating__wrong_mean_of_common(R, S, u, i, k):
    """The mean of a neighbour is taken over the products that u has rated too, plus i (as in the first papers)."""
    X = np.asarray(R, dtype=float)

    def mean_of(v):
        keep = X[v] > 0
        if v != u:
            keep = keep & ((X[u] > 0) | (np.arange(X.shape[1]) == i))
        return X[v][keep].mean()

    return _pr(R, S, u, i, k, mean_of=mean_of)


def predict_rating__wrong_empty_user_zero_mean(R, S, u, i, k):
    """A user without ratings has mean 0 and gets the deviation as a rating, not NaN (S need not be 0 for her)."""
    X = np.asarray(R, dtype=float)
    if not (X[u] > 0).any():
        X = X.copy()
        raters = [v for v in range(len(X)) if v != u and X[v, i] > 0 and S[u, v] > 0]
        raters = sorted(raters, key=lambda v: -S[u, v])[:k]
        if not raters:
            return math.nan
        w = np.array([S[u, v] for v in raters])
        return float(w @ np.array([X[v, i] - X[v][X[v] > 0].mean() for v in raters]) / w.sum())
    return _pr(R, S, u, i, k)


def predict_rating__wrong_unweighted_ties(R, S, u, i, k):
    """Asks all users as similar as the k-th: with a tie at the border more than k are asked."""
    raters = sorted(
        (v for v in range(len(R)) if v != u and R[v, i] > 0 and S[u, v] > 0), key=lambda v: -S[u, v]
    )
    if len(raters) > k:
        raters = [v for v in raters if S[u, v] >= S[u, raters[k - 1]]]
    return _pr(R, S, u, i, len(R), raters=raters)


def predict_rating__wrong_integer_mean(R, S, u, i, k):
    """Means are written into an array of the type of R: whole numbers for whole ratings, when a neighbour has over three."""
    X = np.asarray(R)
    means = np.zeros(len(X), dtype=float)
    for v in range(len(X)):
        hers = X[v][X[v] > 0]
        means[v] = (hers.sum() // len(hers) if len(hers) > 3 else hers.mean()) if len(hers) else 0
    return _pr(R, S, u, i, k, mean_of=lambda v: means[v])


# ---------------------------------------------------------------- 3.5 recommend


def recommend__right_uses_the_others(R, u, n, k):
    X = np.asarray(R)
    if not (X[u] > 0).any():
        counts = (X > 0).sum(axis=0)
        order = np.argsort(-counts, kind="stable")
        return [(int(i), float(counts[i])) for i in order if counts[i] > 0][:n]
    S = cosine_similarity_matrix__right_normalise_twelfth(X)
    scored = [
        (int(i), predict_rating__right_loop_twelfth(X, S, u, i, k))
        for i in np.flatnonzero(X[u] <= 0)
    ]
    scored = [(i, s) for i, s in scored if not math.isnan(s)]
    scored.sort(key=lambda pair: -pair[1])
    return scored[:n]


def recommend__right_matrix(R, u, n, k):
    X = np.array(R, dtype=float)
    rated = X > 0
    if not rated[u].any():
        counts = rated.sum(axis=0)
        order = np.lexsort((np.arange(len(counts)), -counts))
        order = order[counts[order] > 0][:n]
        return list(zip(order.tolist(), counts[order].astype(float).tolist()))
    length = np.sqrt((X**2).sum(axis=1))
    # one row of similarities; dot products of whole ratings are exact
    s = np.divide(X @ X[u], length * length[u], out=np.zeros(len(X)), where=length > 0)
    s[u] = 0
    order = np.argsort(-s, kind="stable")
    order = order[s[order] > 0]
    mean = X.sum(axis=1) / np.maximum(rated.sum(axis=1), 1)
    asked = rated[order] & (rated[order].cumsum(axis=0) <= k)
    down = (asked * s[order, None]).sum(axis=0)
    up = (asked * s[order, None] * (X[order] - mean[order, None])).sum(axis=0)
    good = np.flatnonzero((down > 0) & ~rated[u])
    score = mean[u] + up[good] / down[good]
    best = np.argsort(-score, kind="stable")[:n]
    return [(int(i), float(x)) for i, x in zip(good[best], score[best])]


def recommend__right_dicts_twelfth(R, u, n, k):
    likes = [{i: float(r) for i, r in enumerate(row) if r > 0} for row in np.asarray(R).tolist()]
    if not likes[u]:
        counts = defaultdict(int)
        for row in likes:
            for i in row:
                counts[i] += 1
        return [
            (i, float(c))
            for i, c in heapq.nlargest(n, counts.items(), key=lambda pair: (pair[1], -pair[0]))
        ]

    def cosine(a, b):
        dot = sum(r * b.get(i, 0.0) for i, r in a.items())
        return dot / (
            math.sqrt(sum(r * r for r in a.values())) * math.sqrt(sum(r * r for r in b.values()))
        )

    means = [sum(row.values()) / len(row) if row else 0 for row in likes]
    near = [(-cosine(likes[u], row), v) for v, row in enumerate(likes) if v != u and row]
    near = sorted(pair for pair in near if pair[0] < 0)
    said = defaultdict(list)
    for minus, v in near:
        for i, r in likes[v].items():
            if i not in likes[u] and len(said[i]) < k:
                said[i].append((-minus, r - means[v]))
    scores = {
        i: means[u] + sum(s * d for s, d in pairs) / sum(s for s, _ in pairs)
        for i, pairs in said.items()
        if pairs
    }
    return heapq.nlargest(n, scores.items(), key=lambda pair: pair[1])


def _rec(R, u, n, k, S=None, predict=None, keep=None, cold=None, sort=None):
    X = np.asarray(R)
    if not (X[u] > 0).any():
        if cold is not None:
            return cold(X)
        counts = (X > 0).sum(axis=0)
        order = np.argsort(-counts, kind="stable")
        return [(int(i), float(counts[i])) for i in order if counts[i] > 0][:n]
    S = cosine_similarity_matrix__right_normalise_twelfth(X) if S is None else S
    predict = predict or predict_rating__right_loop_twelfth
    items = np.flatnonzero(X[u] <= 0) if keep is None else keep(X)
    scored = [(int(i), predict(X, S, u, i, k)) for i in items]
    scored = [(i, s) for i, s in scored if not math.isnan(s)]
    scored.sort(key=sort or (lambda pair: -pair[1]))
    return scored[:n]


def recommend__wrong_cut_before_dropping(R, u, n, k):
    """Keeps the n best of all products and then drops the rated ones, so the list is too short when rated ones are on top."""
    X = np.asarray(R)
    if not (X[u] > 0).any():
        return _rec(R, u, n, k)
    best = _rec(R, u, n, k, keep=lambda X: np.arange(X.shape[1]))
    return [(i, s) for i, s in best if X[u, i] <= 0]


def recommend__wrong_popular_by_sum(R, u, n, k):
    """The products for a user without ratings are ranked by the sum of the ratings, with the right number beside them."""

    def cold(X):
        counts = (X > 0).sum(axis=0)
        order = np.argsort(-np.asarray(X, dtype=float).sum(axis=0), kind="stable")
        return [(int(i), float(counts[i])) for i in order if counts[i] > 0][:n]

    return _rec(R, u, n, k, cold=cold)


def recommend__wrong_popular_with_unrated(R, u, n, k):
    """A user without ratings also gets products that nobody has rated, with 0, when n is large."""

    def cold(X):
        counts = (X > 0).sum(axis=0)
        order = np.argsort(-counts, kind="stable")
        return [(int(i), float(counts[i])) for i in order][:n]

    return _rec(R, u, n, k, cold=cold)


def recommend__wrong_k_nearest_overall(R, u, n, k):
    """The k nearest users are chosen once for all products, not among the raters of each."""
    return _rec(R, u, n, k, predict=predict_rating__wrong_k_before_raters)


def recommend__wrong_negative_predictions_dropped(R, u, n, k):
    """Drops predictions of 0 or less, as if they were "no prediction"; a strict user (mean 1) and a deviation of -2 shows it."""
    return [(i, s) for i, s in _rec(R, u, len(R[0]), k) if s > 0][:n]


def recommend__wrong_clipped_twelfth(R, u, n, k):
    """Clips the predictions to 1 ... 5."""
    return [
        (i, min(5.0, max(1.0, s))) if (np.asarray(R)[u] > 0).any() else (i, s)
        for i, s in _rec(R, u, n, k)
    ]


def recommend__wrong_filled_with_popular(R, u, n, k):
    """Fills a short list with popular products that have no prediction."""
    X = np.asarray(R)
    found = _rec(R, u, n, k)
    if (X[u] > 0).any():
        counts = (X > 0).sum(axis=0)
        there = {i for i, _ in found}
        more = [
            int(i)
            for i in np.argsort(-counts, kind="stable")
            if X[u, i] <= 0 and int(i) not in there and counts[i] > 0
        ]
        found = found + [(i, float(X[u][X[u] > 0].mean())) for i in more[: n - len(found)]]
    return found


def recommend__wrong_rounded(R, u, n, k):
    """Rounds the scores to 3 digits, as the example prints them."""
    return [(i, round(s, 3)) for i, s in _rec(R, u, n, k)]


def recommend__wrong_neighbour_ties_reversed(R, u, n, k):
    """Of equally similar users the one with the higher number is asked first."""
    return _rec(R, u, n, k, predict=predict_rating__wrong_ties_high_number)


def recommend__wrong_own_row_not_restored(R, u, n, k):
    """Sets the row of u in R to 0 so that she is no neighbour, and puts it back only if there was a prediction."""
    mine = np.array(R[u])
    found = _rec(R, u, n, k)
    R[u] = 0
    if found:
        R[u] = mine
    return found


def recommend__wrong_dict_by_score(R, u, n, k):
    """Collects {score: product}; of two products with the same score one is lost."""
    X = np.asarray(R)
    if not (X[u] > 0).any():
        return _rec(R, u, n, k)
    by_score = {s: i for i, s in _rec(R, u, X.shape[1], k)}
    return [(by_score[s], s) for s in sorted(by_score, reverse=True)[:n]]


def recommend__wrong_heap_small_n(R, u, n, k):
    """The nearest neighbours' list is cut at n and not at k."""
    return _rec(R, u, n, n if n < k else k)


def recommend__wrong_pearson_like(R, u, n, k):
    """The cosine is taken over the common products only."""
    return _rec(R, u, n, k, S=cosine_similarity_matrix__wrong_common_products(R))


# ---------------------------------------------------------------- 3.6 kill_cf


def _kc_same(found, want, n):
    """Compares one list with all scored products {product: score} by score."""
    found = [(int(pair[0]), float(pair[1])) for pair in found]
    if len(found) != min(n, len(want)) or len({i for i, _ in found}) != len(found):
        return False
    if any(i not in want or abs(want[i] - s) > 1e-7 for i, s in found):
        return False
    best = sorted(want.values(), reverse=True)[: len(found)]
    return all(abs(a - s) <= 1e-7 for a, (_, s) in zip(best, found))


def _kc_draw(rng, n_users, n_items, density, empty=()):
    R = rng.integers(1, 6, (n_users, n_items)) * (rng.random((n_users, n_items)) < density)
    for v in empty:
        R[v] = 0
    return R


def _kc_near_tie(R):
    """Whether two different users are equally similar to somebody, up to rounding."""
    S = cosine_similarity_matrix__right_normalise_twelfth(R)
    for u in range(len(R)):
        s = np.sort(np.delete(S[u], u))
        s = s[s > 0]
        if (np.diff(s) < 1e-9).any():
            return True
    return False


def kill_cf__right_random_twelfth(fn):
    rng = np.random.default_rng(1)
    done = 0
    while done < 40:
        R = _kc_draw(
            rng, int(rng.integers(5, 9)), int(rng.integers(6, 10)), 0.55, (int(rng.integers(5)),)
        )
        if _kc_near_tie(R):
            continue
        done += 1
        for u in range(len(R)):
            for n, k in ((1, 1), (3, 2), (20, 3), (2, 50)):
                want = dict(recommend__right_uses_the_others(R, u, 99, k))
                mine = R.copy()
                if not _kc_same(fn(mine, u, n, k), want, n) or not np.array_equal(mine, R):
                    return False
    return True


def kill_cf__right_chosen_tables(fn):
    tables = [
        [[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]],
        [[0, 0, 0, 0], [4, 0, 5, 0], [0, 0, 3, 0]],
        # predictions above 5 and below 1, unequal weights, a nearest neighbour who has not rated
        [
            [5, 4, 0, 0, 0, 0],
            [2, 1, 5, 0, 1, 0],
            [1, 1, 0, 5, 2, 0],
            [1, 5, 1, 2, 0, 0],
            [4, 4, 5, 1, 3, 0],
        ],
        [[1, 2, 0, 0, 0], [5, 1, 1, 2, 0], [3, 4, 5, 1, 0], [0, 0, 0, 5, 4], [1, 1, 3, 0, 5]],
        [
            [3, 4, 0, 0, 5, 0],
            [4, 3, 5, 0, 0, 2],
            [3, 4, 1, 5, 0, 0],
            [1, 5, 2, 3, 3, 0],
            [0, 0, 0, 0, 0, 0],
            [5, 1, 4, 1, 2, 3],
        ],
        # one 5 against two 1s for a newcomer; product 3 has no similar rater for user 1
        [[0, 0, 0, 0], [5, 1, 0, 0], [0, 1, 2, 0], [0, 0, 0, 4]],
        # users 1 and 2 are equally similar to user 0, whatever the formula, and disagree
        [[5, 0, 0], [4, 1, 3], [4, 3, 1]],
    ]
    for table in tables:
        for dtype in (int, float):
            R = np.array(table, dtype=dtype)
            for u in range(len(R)):
                for n in (1, 2, 9):
                    for k in (1, 2, 9):
                        copied = R.copy()
                        found = fn(copied, u, n, k)
                        if not np.array_equal(copied, R):
                            return False
                        want = dict(recommend__right_dicts_twelfth(R, u, 9, k))
                        if not _kc_same(found, want, n):
                            return False
    return True


def kill_cf__right_laws_and_reference(fn):
    """Reference by matrices, larger and sparser tables, whole numbers and floats."""
    rng = np.random.default_rng(11)
    ok = True
    for density in (0.3, 0.5, 0.8):
        for _ in range(12):
            R = _kc_draw(rng, 9, 8, density, (3,))
            if _kc_near_tie(R):
                continue
            R = R.astype(rng.choice([np.int64, np.float64]))
            for u in (0, 3, 8):
                for n, k in ((1, 1), (4, 2), (8, 8)):
                    want = dict(recommend__right_matrix(R, u, 8, k))
                    mine = R.copy()
                    ok = (
                        ok
                        and _kc_same(list(fn(mine, u, n, k)), want, n)
                        and np.array_equal(mine, R)
                    )
                    if n == 4:
                        ok = ok and _kc_same(
                            list(fn(mine, u, 1, 3)), dict(recommend__right_matrix(R, u, 8, 3)), 1
                        )
    return bool(ok)


def kill_cf__wrong_toy_only_twelfth(fn):
    """Uses the toy matrix only, where one product has one rater: most defects do not show, and all ten pass the example."""
    R = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    return [(i, round(s, 3)) for i, s in fn(R, 0, 5, 2)] == [(2, 2.667)]


def kill_cf__wrong_exact_scores_twelfth(fn):
    """Compares the lists with ==: another order of summation is rejected."""
    rng = np.random.default_rng(1)
    for _ in range(30):
        R = _kc_draw(rng, 6, 8, 0.5, (2,))
        for u in range(6):
            if [tuple(pair) for pair in fn(R.copy(), u, 5, 2)] != recommend__right_uses_the_others(
                R, u, 5, 2
            ):
                return False
    return True


def kill_cf__wrong_order_of_ties_twelfth(fn):
    """Compares products at every place, so another order of products with equal scores is rejected."""
    rng = np.random.default_rng(2)
    for _ in range(30):
        R = _kc_draw(rng, 6, 8, 0.4, (2,))
        if _kc_near_tie(R):
            continue
        for u in range(6):
            found, want = fn(R.copy(), u, 8, 2), recommend__right_dicts_twelfth(R, u, 8, 2)
            if [int(p[0]) for p in found] != [i for i, _ in want]:
                return False
            if any(abs(p[1] - s) > 1e-7 for p, (_, s) in zip(found, want)):
                return False
    return True


def kill_cf__wrong_list_of_lists_twelfth(fn):
    """Passes R as a list of lists; a right implementation may not accept it."""
    R = [[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]]
    found = fn(R, 0, 5, 2)
    return kill_cf__right_chosen_tables(fn) and abs(found[0][1] - 8 / 3) < 1e-6


def kill_cf__wrong_tuples_only(fn):
    """Demands tuples: a right list of [product, score] is rejected."""
    R = np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]])
    if not all(isinstance(pair, tuple) for pair in fn(R, 0, 5, 2)):
        return False
    return kill_cf__right_chosen_tables(fn)


def kill_cf__wrong_products_only_twelfth(fn):
    """Looks only at which products come back for large n, not at scores or order."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        R = _kc_draw(rng, 6, 8, 0.5, (2,))
        for u in range(6):
            want = {i for i, _ in recommend__right_dicts_twelfth(R, u, 8, 8)}
            if {int(p[0]) for p in fn(R.copy(), u, 8, 8)} != want:
                return False
    return True


def kill_cf__wrong_all_neighbours(fn):
    """Always uses k larger than the number of users, and no user without ratings: who is asked never matters."""
    rng = np.random.default_rng(4)
    for _ in range(20):
        R = _kc_draw(rng, 6, 8, 0.95)
        R[:, 0] = np.maximum(R[:, 0], 1)
        for u in range(6):
            want = dict(recommend__right_dicts_twelfth(R, u, 8, 99))
            if not _kc_same(fn(R.copy(), u, 8, 99), want, 8):
                return False
    return True


def kill_cf__wrong_only_sorted(fn):
    """Checks form only: at most n pairs, no rated product, descending scores, no NaN."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        R = _kc_draw(rng, 6, 8, 0.6)
        for u in range(6):
            found = fn(R.copy(), u, 3, 2)
            scores = [p[1] for p in found]
            if (
                len(found) > 3
                or any(R[u, int(p[0])] > 0 for p in found)
                or scores != sorted(scores, reverse=True)
            ):
                return False
    return len(fn(np.array([[5, 3, 0, 1], [3, 0, 2, 2], [4, 2, 0, 3], [2, 1, 0, 1]]), 0, 5, 2)) == 1


def kill_cf__wrong_scores_on_the_scale(fn):
    """Demands scores between 1 and 5, but a prediction is not clipped."""
    rng = np.random.default_rng(6)
    for _ in range(30):
        R = _kc_draw(rng, 6, 8, 0.5)
        for u in range(6):
            if (R[u] > 0).any() and any(not 1 <= p[1] <= 5 for p in fn(R.copy(), u, 8, 1)):
                return False
    return kill_cf__right_chosen_tables(fn)


def kill_cf__wrong_relative_to_n(fn):
    """Demands exactly n products; a right list may be shorter."""
    rng = np.random.default_rng(7)
    for _ in range(20):
        R = _kc_draw(rng, 6, 8, 0.3)
        for u in range(6):
            if len(fn(R.copy(), u, 3, 2)) != min(3, int((R[u] == 0).sum())):
                return False
    return True


def kill_cf__wrong_never_rejects_exceptions(fn):
    """An exception of fn counts as "cannot judge" and goes on: an fn that fails everywhere is accepted."""
    rng = np.random.default_rng(8)
    for _ in range(20):
        R = _kc_draw(rng, 6, 8, 0.5)
        if _kc_near_tie(R):
            continue
        for u in range(6):
            try:
                if not _kc_same(
                    fn(R.copy(), u, 1, 99), dict(recommend__right_dicts_twelfth(R, u, 8, 99)), 1
                ):
                    return False
            except Exception:
                continue
    return True


# ---------------------------------------------------------------- 3.7 significance_weighting


def significance_weighting__right_matrix(S, R, least):
    rated = (np.asarray(R) != 0).astype(float)
    return np.asarray(S, dtype=float) * np.minimum(rated @ rated.T / least, 1.0)


def significance_weighting__right_sets_twelfth(S, R, least):
    has = [frozenset(np.flatnonzero(row).tolist()) for row in np.asarray(R)]
    out = np.array(S, dtype=float)
    for a, mine in enumerate(has):
        for b, hers in enumerate(has):
            common = len(mine & hers)
            if common < least:
                out[a, b] = out[a, b] * common / least
    return out


def significance_weighting__right_pandas_twelfth(S, R, least):
    rated = sparse.csr_matrix(np.asarray(R) != 0).astype(np.int64)
    common = pd.DataFrame((rated @ rated.T).toarray())
    return (pd.DataFrame(np.array(S, dtype=float)) * common.clip(upper=least) / least).to_numpy()


def significance_weighting__wrong_int8_counts_twelfth(S, R, least):
    """Counts in int8: more than 127 common products overflow."""
    rated = (np.asarray(R) != 0).astype(np.int8)
    return S * np.minimum((rated @ rated.T) / least, 1.0)


def significance_weighting__wrong_uint8_counts_twelfth(S, R, least):
    """Counts in uint8: 256 common products count as 0 (the mistake shows above 255 only)."""
    rated = (np.asarray(R) != 0).astype(np.uint8)
    return S * np.minimum((rated @ rated.T) / least, 1.0)


def significance_weighting__wrong_boolean_product_twelfth(S, R, least):
    """The product of two tables of bool is "any", then 0 or 1, not a count; for a least of 1 it is right."""
    rated = np.asarray(R) != 0
    return S * np.minimum((rated @ rated.T) / least, 1.0)


def significance_weighting__wrong_not_capped_twelfth(S, R, least):
    """Not capped at 1 on the diagonal: a user with more than least ratings gets more than her similarity to herself."""
    rated = (np.asarray(R) != 0).astype(float)
    common = rated @ rated.T
    factor = np.minimum(common / least, 1.0)
    np.fill_diagonal(factor, np.diag(common) / least)
    return S * factor


def significance_weighting__wrong_shrinkage(S, R, least):
    """n / (n + least) below the limit, and the whole from least on: the other formula for the same idea."""
    rated = (np.asarray(R) != 0).astype(float)
    common = rated @ rated.T
    return np.where(common >= least, S, S * common / (common + least))


def significance_weighting__wrong_negative_min(S, R, least):
    """min(S * common / least, S) caps at S only for positive similarities; a negative one grows with many common products."""
    rated = (np.asarray(R) != 0).astype(float)
    return np.minimum(S * (rated @ rated.T) / least, S)


def significance_weighting__wrong_diagonal_kept_twelfth(S, R, least):
    """Leaves the diagonal as it is."""
    rated = (np.asarray(R) != 0).astype(float)
    out = S * np.minimum(rated @ rated.T / least, 1.0)
    few = np.diag(rated @ rated.T) < least - 1
    for v in np.flatnonzero(few):
        out[v, v] = S[v, v]
    return out


def significance_weighting__wrong_in_place_twelfth(S, R, least):
    """Multiplies S in place and returns it."""
    rated = (np.asarray(R) != 0).astype(float)
    S *= np.minimum(rated @ rated.T / least, 1.0)
    return S


def significance_weighting__wrong_view_of_part(S, R, least):
    """Copies only if something has to be reduced: asarray of a float S is S itself, and the reduction is written into it."""
    out = np.asarray(S, dtype=float)
    rated = (np.asarray(R) != 0).astype(float)
    common = rated @ rated.T
    few = common < least
    out[few] = out[few] * common[few] / least
    return out


def significance_weighting__wrong_positive_only(S, R, least):
    """Reduces positive similarities only; a negative one with few common products stays as it is."""
    rated = (np.asarray(R) != 0).astype(float)
    factor = np.minimum(rated @ rated.T / least, 1.0)
    return np.where(S > 0, S * factor, S)


def significance_weighting__wrong_ratings_product(S, R, least):
    """Counts common products by the smaller number of ratings of the two, not by the overlap, when both have at least three."""
    rated = (np.asarray(R) != 0).astype(float)
    n = rated.sum(axis=1)
    common = rated @ rated.T
    both = np.minimum.outer(n, n)
    common = np.where(np.minimum.outer(n, n) >= 3, both, common)
    return S * np.minimum(common / least, 1.0)


def significance_weighting__wrong_floor_division_twelfth(S, R, least):
    """Whole percent: common * 100 // least / 100; a third of a similarity becomes 0.33."""
    rated = (np.asarray(R) != 0).astype(np.int64)
    return S * np.minimum((rated @ rated.T) * 100 // least / 100, 1.0)


def significance_weighting__wrong_union_twelfth(S, R, least):
    """The number in common is divided by least or by the number of products, whichever is smaller: with least 50 and 4 products
    common products of 4 count in full."""
    rated = (np.asarray(R) != 0).astype(float)
    return S * np.minimum(rated @ rated.T / min(least, rated.shape[1]), 1.0)


# ---------------------------------------------------------------- 3.8 bias_baseline


def bias_baseline__right_numpy_twelfth(R, lam):
    X = np.asarray(R, dtype=float)
    rated = X > 0
    mu = X[rated].mean()
    left = np.where(rated, X - mu, 0.0)
    n = rated.sum(axis=0) + lam
    item = np.divide(left.sum(axis=0), n, out=np.zeros(X.shape[1]), where=n > 0)
    left = np.where(rated, left - item, 0.0)
    n = rated.sum(axis=1) + lam
    user = np.divide(left.sum(axis=1), n, out=np.zeros(X.shape[0]), where=n > 0)
    return mu + item[None, :] + user[:, None]


def bias_baseline__right_pandas_twelfth(R, lam):
    X = np.asarray(R, dtype=float)
    u, i = np.nonzero(X)
    long = pd.DataFrame({"u": u, "i": i, "r": X[u, i]})
    mu = long["r"].mean()
    long["left"] = long["r"] - mu
    g = long.groupby("i")["left"]
    item = (g.sum() / (g.size() + lam)).reindex(range(X.shape[1]), fill_value=0.0)
    long["left"] -= long["i"].map(item)
    g = long.groupby("u")["left"]
    user = (g.sum() / (g.size() + lam)).reindex(range(X.shape[0]), fill_value=0.0)
    return np.add.outer(user.to_numpy(), item.to_numpy()) + mu


def bias_baseline__right_loops_twelfth(R, lam):
    rows = [[float(v) for v in row] for row in np.asarray(R)]
    cells = [(a, b, v) for a, row in enumerate(rows) for b, v in enumerate(row) if v > 0]
    mu = math.fsum(v for *_, v in cells) / len(cells)
    by_item, by_user = defaultdict(list), defaultdict(list)
    for a, b, v in cells:
        by_item[b].append(v - mu)
    item = {b: math.fsum(x) / (len(x) + lam) for b, x in by_item.items()}
    for a, b, v in cells:
        by_user[a].append(v - mu - item[b])
    user = {a: math.fsum(x) / (len(x) + lam) for a, x in by_user.items()}
    return np.array(
        [
            [mu + item.get(b, 0.0) + user.get(a, 0.0) for b in range(len(rows[0]))]
            for a in range(len(rows))
        ]
    )


def _bb(R, lam, rated=None, mu=None, users_from="rest"):
    X = np.asarray(R, dtype=float)
    rated = X > 0
    mu = X[rated].mean() if mu is None else mu
    left = np.where(rated, X - mu, 0.0)
    n = rated.sum(axis=0) + lam
    item = np.divide(left.sum(axis=0), n, out=np.zeros(X.shape[1]), where=n > 0)
    if users_from == "rest":
        left = np.where(rated, left - item, 0.0)
    n = rated.sum(axis=1) + lam
    user = np.divide(left.sum(axis=1), n, out=np.zeros(X.shape[0]), where=n > 0)
    return mu, item, user


def bias_baseline__wrong_users_from_mean(R, lam):
    """The user biases are taken from the mean, without the products' biases."""
    mu, item, user = _bb(R, lam, users_from="mean")
    return mu + item[None, :] + user[:, None]


def bias_baseline__wrong_users_first_twelfth(R, lam):
    """First the users, then the products."""
    mu, user, item = _bb(np.asarray(R).T, lam)
    return mu + item[None, :] + user[:, None]


def bias_baseline__wrong_zero_over_zero(R, lam):
    """With lam 0 a product without ratings has the bias 0 / 0 = NaN."""
    X = np.asarray(R, dtype=float)
    rated = X > 0
    mu = X[rated].mean()
    with np.errstate(invalid="ignore"):
        item = np.where(rated, X - mu, 0).sum(axis=0) / (rated.sum(axis=0) + lam)
        user = np.where(rated, X - mu - item, 0).sum(axis=1) / (rated.sum(axis=1) + lam)
    return mu + item[None, :] + user[:, None]


def bias_baseline__wrong_lam_or_one(R, lam):
    """lam or 1: a lam of 0 shrinks by 1 all the same."""
    mu, item, user = _bb(R, lam or 1.0)
    return mu + item[None, :] + user[:, None]


def bias_baseline__wrong_mean_of_means(R, lam):
    """The mean of all ratings is the mean of the users' means; equal in number of ratings per user hides it."""
    X = np.asarray(R, dtype=float)
    rated = X > 0
    has = rated.any(axis=1)
    mu = (X.sum(axis=1)[has] / rated.sum(axis=1)[has]).mean()
    mu, item, user = _bb(R, lam, mu=mu if has.sum() > 2 else X[rated].mean())
    return mu + item[None, :] + user[:, None]


def bias_baseline__wrong_clipped_twelfth(R, lam):
    """Clips the predictions to 1 ... 5."""
    mu, item, user = _bb(R, lam)
    return np.clip(mu + item[None, :] + user[:, None], 1, 5)


def bias_baseline__wrong_iterated(R, lam):
    """Goes on alternating until nothing changes (with more than two users): better fitted, but not the two steps of the statement."""
    X = np.asarray(R, dtype=float)
    rated = X > 0
    mu, item, user = _bb(R, lam)
    for _ in range(20 if len(X) > 2 else 0):
        n = rated.sum(axis=0) + lam
        item = np.divide(
            np.where(rated, X - mu - user[:, None], 0).sum(axis=0),
            n,
            out=np.zeros(len(item)),
            where=n > 0,
        )
        n = rated.sum(axis=1) + lam
        user = np.divide(
            np.where(rated, X - mu - item, 0).sum(axis=1), n, out=np.zeros(len(user)), where=n > 0
        )
    return mu + item[None, :] + user[:, None]


def bias_baseline__wrong_in_place(R, lam):
    """Subtracts the mean in place: a float R is changed."""
    X = np.asarray(R, dtype=float)
    rated = X > 0
    mu, item, user = _bb(X, lam)
    X -= mu
    X[~rated] = 0
    return mu + item[None, :] + user[:, None]


def bias_baseline__wrong_empty_row_mean(R, lam):
    """A user without ratings gets the mean alone, without the products' biases."""
    mu, item, user = _bb(R, lam)
    out = mu + item[None, :] + user[:, None]
    out[~(np.asarray(R) > 0).any(axis=1)] = mu
    return out


def bias_baseline__wrong_rated_kept(R, lam):
    """A rated product keeps its rating where the user has rated everything, in place of a prediction."""
    mu, item, user = _bb(R, lam)
    out = mu + item[None, :] + user[:, None]
    full = (np.asarray(R) > 0).all(axis=1)
    if len(out) > 2:
        out[full] = np.asarray(R, dtype=float)[full]
    return out


def bias_baseline__wrong_item_residual_on_unrated(R, lam):
    """After the products' biases are subtracted, cells that are now 0 count as not rated: a rating that is exactly
    explained by mean and product is lost from the number of ratings of its user."""
    X = np.asarray(R, dtype=float)
    mu, item, _ = _bb(R, lam)
    left = np.where(X > 0, X - mu - item, 0.0)
    n = (left != 0).sum(axis=1) + lam
    user = np.divide(left.sum(axis=1), n, out=np.zeros(len(X)), where=n > 0)
    return mu + item[None, :] + user[:, None]


def bias_baseline__wrong_lam_once(R, lam):
    """Shrinks the products only from two ratings on, as "one rating cannot be shrunk further": (n > 1) * lam."""
    X = np.asarray(R, dtype=float)
    rated = X > 0
    mu = X[rated].mean()
    n = rated.sum(axis=0)
    down = np.where((n == 1) & (n.max() > 2), n, n + lam)
    item = np.divide(
        np.where(rated, X - mu, 0).sum(axis=0), down, out=np.zeros(X.shape[1]), where=down > 0
    )
    n = rated.sum(axis=1) + lam
    user = np.divide(
        np.where(rated, X - mu - item, 0).sum(axis=1), n, out=np.zeros(len(X)), where=n > 0
    )
    return mu + item[None, :] + user[:, None]


# ---------------------------------------------------------------- 3.9 recommend_sparse


def recommend_sparse__right_hint(R, u, n, k):
    X = sparse.csr_matrix(R, dtype=float, copy=True)
    ones = X.copy()
    ones.data = np.ones_like(ones.data)
    mine = X[u]
    if mine.nnz == 0:
        counts = np.bincount(X.indices, minlength=X.shape[1])
        order = np.argsort(-counts, kind="stable")
        return [int(i) for i in order if counts[i] > 0][:n]
    lengths = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    s = np.asarray((X @ mine.T).todense()).ravel()
    s = np.divide(s, lengths * lengths[u], out=np.zeros_like(s), where=lengths > 0)
    s[u] = 0
    order = np.argsort(-s, kind="stable")
    order = order[s[order] > 0]
    sizes = np.diff(X.indptr)
    mean = np.asarray(X.sum(axis=1)).ravel() / np.maximum(sizes, 1)
    near = X[order].tocsc()
    near.sort_indices()
    place = np.arange(near.nnz) - np.repeat(near.indptr[:-1], np.diff(near.indptr))
    item = np.repeat(np.arange(X.shape[1]), np.diff(near.indptr))
    user = order[near.indices]
    keep = place < k
    w = s[user[keep]]
    up = np.bincount(item[keep], w * (near.data[keep] - mean[user[keep]]), X.shape[1])
    down = np.bincount(item[keep], w, X.shape[1])
    down[mine.indices] = 0
    good = np.flatnonzero(down > 0)
    score = mean[u] + up[good] / down[good]
    return [int(i) for i in good[np.argsort(-score, kind="stable")[:n]]]


def _rs_rows(R):
    for v in range(R.shape[0]):
        a, b = R.indptr[v], R.indptr[v + 1]
        yield v, R.indices[a:b].tolist(), R.data[a:b].astype(float).tolist()


def recommend_sparse__right_python_dicts(R, u, n, k):
    a, b = R.indptr[u], R.indptr[u + 1]
    mine = dict(zip(R.indices[a:b].tolist(), R.data[a:b].astype(float).tolist()))
    if not mine:
        counts = defaultdict(int)
        for i in R.indices.tolist():
            counts[i] += 1
        return sorted(counts, key=lambda i: (-counts[i], i))[:n]
    own = math.sqrt(sum(r * r for r in mine.values()))
    near = []
    for v, items, values in _rs_rows(R):
        dot = sum(r * mine[i] for i, r in zip(items, values) if i in mine)
        if v != u and dot > 0:
            near.append((dot / (own * math.sqrt(sum(r * r for r in values))), v))
    near.sort(key=lambda pair: (-pair[0], pair[1]))
    asked, up, down = defaultdict(int), defaultdict(float), defaultdict(float)
    for s, v in near:
        a, b = R.indptr[v], R.indptr[v + 1]
        values = R.data[a:b].astype(float)
        mean = values.mean()
        for i, r in zip(R.indices[a:b].tolist(), values.tolist()):
            if i not in mine and asked[i] < k:
                asked[i] += 1
                up[i] += s * (r - mean)
                down[i] += s
    return heapq.nlargest(n, down, key=lambda i: up[i] / down[i])


def recommend_sparse__right_long_table(R, u, n, k):
    coo = R.tocoo()
    long = pd.DataFrame({"v": coo.row, "i": coo.col, "r": coo.data.astype(float)})
    mine = long[long["v"] == u].set_index("i")["r"]
    if mine.empty:
        counts = long.groupby("i").size().sort_values(ascending=False, kind="stable")
        return counts.index[:n].tolist()
    by = long.groupby("v")["r"]
    length = np.sqrt((long["r"] ** 2).groupby(long["v"]).sum())
    long["far"] = long["r"] - by.transform("mean")
    shared = long[long["i"].isin(mine.index) & (long["v"] != u)]
    dot = (shared["r"] * shared["i"].map(mine)).groupby(shared["v"]).sum()
    s = dot / (length.reindex(dot.index) * length[u])
    long = long[long["v"].isin(s.index) & ~long["i"].isin(mine.index)]
    long = long.assign(s=long["v"].map(s)).sort_values(["s", "v"], ascending=[False, True])
    long = long[long.groupby("i").cumcount() < k]
    score = (long["s"] * long["far"]).groupby(long["i"]).sum() / long.groupby("i")["s"].sum()
    return score.sort_values(ascending=False, kind="stable").index[:n].tolist()


def recommend_sparse__wrong_dense_twelfth(R, u, n, k):
    """Makes R dense and calls recommend: 96 MB."""
    return [i for i, _ in recommend__right_matrix(R.toarray(), u, n, k)]


def recommend_sparse__wrong_all_similarities_twelfth(R, u, n, k):
    """Computes all similarities, by a sparse product that is then dense, for one row: over 100 MB at 4,000 users."""
    X = sparse.csr_matrix(R, dtype=float)
    G = (X @ X.T).toarray()
    assert G.shape[0] == R.shape[0]
    return recommend_sparse__right_hint(R, u, n, k)


def _rs_from(X, s, u, n, k, order=None, mean=None, drop=True, cold=None):
    """The list from a vector of similarities (s[u] = 0)."""
    if order is None:
        order = np.argsort(-s, kind="stable")
        order = order[s[order] > 0]
    sizes = np.diff(X.indptr)
    if mean is None:
        mean = np.asarray(X.sum(axis=1)).ravel() / np.maximum(sizes, 1)
    asked = np.zeros(X.shape[1], dtype=int)
    up, down = np.zeros(X.shape[1]), np.zeros(X.shape[1])
    for v in order:
        a, b = X.indptr[v], X.indptr[v + 1]
        items, values = X.indices[a:b], X.data[a:b]
        keep = asked[items] < k
        items, values = items[keep], values[keep]
        asked[items] += 1
        up[items] += s[v] * (values - mean[v])
        down[items] += s[v]
    if drop:
        down[X.indices[X.indptr[u] : X.indptr[u + 1]]] = 0
    good = np.flatnonzero(down > 0)
    score = up[good] / down[good]
    return [int(i) for i in good[np.argsort(-score, kind="stable")[:n]]]


def _rs_similar(X, u):
    lengths = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    s = np.asarray((X @ X[u].T).todense()).ravel()
    s = np.divide(
        s, lengths * lengths[u], out=np.zeros_like(s), where=(lengths > 0) & (lengths[u] > 0)
    )
    s[u] = 0
    return s


def _rs_cold(X, n):
    counts = np.bincount(X.indices, minlength=X.shape[1])
    order = np.argsort(-counts, kind="stable")
    return [int(i) for i in order if counts[i] > 0][:n]


def recommend_sparse__wrong_empty_user_empty_list(R, u, n, k):
    """A user without ratings gets an empty list, and not the most rated products."""
    X = R.astype(float)
    return _rs_from(X, _rs_similar(X, u), u, n, k) if X[u].nnz else []


def recommend_sparse__wrong_popular_if_no_prediction(R, u, n, k):
    """Falls back to the most rated products for a user with ratings who has no neighbour; the statement says: empty."""
    X = R.astype(float)
    found = _rs_from(X, _rs_similar(X, u), u, n, k) if X[u].nnz else []
    if not found:
        mine = set(X[u].indices.tolist())
        found = [i for i in _rs_cold(X, X.shape[1]) if i not in mine][:n]
    return found


def recommend_sparse__wrong_nearest_k_only(R, u, n, k):
    """Slices the k nearest users once and never looks at others, though they have not rated every product."""
    X = R.astype(float)
    if not X[u].nnz:
        return _rs_cold(X, n)
    s = _rs_similar(X, u)
    order = np.argsort(-s, kind="stable")
    return _rs_from(X, s, u, n, k, order=order[s[order] > 0][:k])


def recommend_sparse__wrong_changes_data(R, u, n, k):
    """Divides R.data by the lengths in place (float R): R is changed."""
    if R.dtype.kind != "f":
        return recommend_sparse__right_hint(R, u, n, k)
    result = recommend_sparse__right_hint(R, u, n, k)
    lengths = np.sqrt(np.asarray(R.multiply(R).sum(axis=1)).ravel())
    R.data /= np.repeat(lengths, np.diff(R.indptr))
    return result


def recommend_sparse__wrong_cold_by_sum(R, u, n, k):
    """For a user without ratings the products are ranked by the sum of ratings."""
    X = R.astype(float)
    if X[u].nnz:
        return _rs_from(X, _rs_similar(X, u), u, n, k)
    sums = np.asarray(X.sum(axis=0)).ravel()
    order = np.argsort(-sums, kind="stable")
    return [int(i) for i in order if sums[i] > 0][:n]


def recommend_sparse__wrong_mean_over_all_products_twelfth(R, u, n, k):
    """X.mean(axis=1) of a sparse matrix counts the products that are not stored as 0."""
    X = R.astype(float)
    if not X[u].nnz:
        return _rs_cold(X, n)
    return _rs_from(X, _rs_similar(X, u), u, n, k, mean=np.asarray(X.mean(axis=1)).ravel())


def recommend_sparse__wrong_cut_before_seen(R, u, n, k):
    """Cuts at n first and drops the rated products afterwards."""
    X = R.astype(float)
    if not X[u].nnz:
        return _rs_cold(X, n)
    mine = set(X[u].indices.tolist())
    return [i for i in _rs_from(X, _rs_similar(X, u), u, n, k, drop=False) if i not in mine]


def recommend_sparse__wrong_unsorted_raters(R, u, n, k):
    """Takes the first k raters of a column in the order of user numbers, not of similarity."""
    X = R.astype(float)
    if not X[u].nnz:
        return _rs_cold(X, n)
    s = _rs_similar(X, u)
    return _rs_from(X, s, u, n, k, order=np.flatnonzero(s > 0))


def recommend_sparse__wrong_ties_reversed(R, u, n, k):
    """Sorts ascending and turns around: of equally similar users the higher number is asked first."""
    X = R.astype(float)
    if not X[u].nnz:
        return _rs_cold(X, n)
    s = _rs_similar(X, u)
    order = np.argsort(s, kind="stable")[::-1]
    return _rs_from(X, s, u, n, k, order=order[s[order] > 0])


# ---------------------------------------------------------------- 3.10 bpr_step


def bpr_step__right_loop(U, V, triples, rate, lam):
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        x = float(p @ (a - b))
        # slope of -ln sigmoid(x) is -sigmoid(-x)
        g = 1.0 / (1.0 + math.exp(x)) if x < 0 else math.exp(-x) / (1.0 + math.exp(-x))
        U[u] = p + rate * (g * (a - b) - lam * p)
        V[i] = a + rate * (g * p - lam * a)
        V[j] = b + rate * (-g * p - lam * b)
    return U, V


def bpr_step__right_lists_twelfth(U, V, triples, rate, lam):
    P, Q = np.asarray(U, dtype=float).tolist(), np.asarray(V, dtype=float).tolist()
    for u, i, j in triples:
        x = sum(p * (a - b) for p, a, b in zip(P[u], Q[i], Q[j]))
        g = (1 - math.tanh(x / 2)) / 2
        new = [
            (
                p - rate * (-g * (a - b) + lam * p),
                a - rate * (-g * p + lam * a),
                b - rate * (g * p + lam * b),
            )
            for p, a, b in zip(P[u], Q[i], Q[j])
        ]
        P[u], Q[i], Q[j] = (list(column) for column in zip(*new)) if new else ([], [], [])
    return np.array(P).reshape(np.shape(U)), np.array(Q).reshape(np.shape(V))


def bpr_step__right_stacked_twelfth(U, V, triples, rate, lam):
    n = len(U)
    W = np.concatenate([np.asarray(U, dtype=float), np.asarray(V, dtype=float)])
    for u, i, j in triples:
        at = [u, n + i, n + j]
        p, a, b = W[at]
        sigma = np.exp(-np.logaddexp(0.0, p @ a - p @ b))
        gradient = np.stack([sigma * (b - a), -sigma * p, sigma * p]) + lam * W[at]
        W[at] = W[at] - rate * gradient
    return W[:n], W[n:]


def _bpr_g(x):
    return math.exp(-np.logaddexp(0.0, x))


def bpr_step__wrong_new_user_vector(U, V, triples, rate, lam):
    """The products move along the user's new vector; the example hides it, because the user does not move."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        g = _bpr_g(U[u] @ (V[i] - V[j]))
        U[u] = U[u] + rate * (g * (V[i] - V[j]) - lam * U[u])
        V[i] = V[i] + rate * (g * U[u] - lam * V[i])
        V[j] = V[j] + rate * (-g * U[u] - lam * V[j])
    return U, V


def bpr_step__wrong_views_twelfth(U, V, triples, rate, lam):
    """p = U[u] is a view and `U[u] += ...` changes it before the products move (a and b are copies)."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u], V[i].copy(), V[j].copy()
        g = _bpr_g(p @ (a - b))
        V[i] += rate * (g * p - lam * a)
        U[u] += rate * (g * (a - b) - lam * p)
        V[j] += rate * (-g * p - lam * b)
    return U, V


def bpr_step__wrong_batch_twelfth(U, V, triples, rate, lam):
    """All gradients are taken at the factors of the start and added up: two triples of one user show it."""
    U0, V0 = np.array(U, dtype=float), np.array(V, dtype=float)
    U1, V1 = U0.copy(), V0.copy()
    for u, i, j in triples:
        g = _bpr_g(U0[u] @ (V0[i] - V0[j]))
        U1[u] += rate * (g * (V0[i] - V0[j]) - lam * U0[u])
        V1[i] += rate * (g * U0[u] - lam * V0[i])
        V1[j] += rate * (-g * U0[u] - lam * V0[j])
    return U1, V1


def bpr_step__wrong_exp_over_exp(U, V, triples, rate, lam):
    """exp(-x) / (1 + exp(-x)) is inf / inf = NaN for a difference of -1,000."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    with np.errstate(all="ignore"):
        for u, i, j in triples:
            p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
            e = np.exp(-(p @ (a - b)))
            g = e / (1 + e)
            U[u], V[i], V[j] = (
                p + rate * (g * (a - b) - lam * p),
                a + rate * (g * p - lam * a),
                b - rate * (g * p + lam * b),
            )
    return U, V


def bpr_step__wrong_math_exp(U, V, triples, rate, lam):
    """1 / (1 + math.exp(x)) raises OverflowError for a difference of +1,000."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = 1 / (1 + math.exp(p @ (a - b)))
        U[u], V[i], V[j] = (
            p + rate * (g * (a - b) - lam * p),
            a + rate * (g * p - lam * a),
            b - rate * (g * p + lam * b),
        )
    return U, V


def bpr_step__wrong_clipped_difference(U, V, triples, rate, lam):
    """Clips the difference to -5 ... 5 against overflow: the slope at 8 is that at 5."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = 1 / (1 + math.exp(min(5.0, max(-5.0, float(p @ (a - b))))))
        U[u], V[i], V[j] = (
            p + rate * (g * (a - b) - lam * p),
            a + rate * (g * p - lam * a),
            b - rate * (g * p + lam * b),
        )
    return U, V


def bpr_step__wrong_ridge_twice_twelfth(U, V, triples, rate, lam):
    """The gradient of the ridge is taken for 2 * lam times the vector: the half in the loss is overlooked."""
    return bpr_step__right_loop(U, V, triples, rate, 2 * lam)


def bpr_step__wrong_no_ridge_on_sampled(U, V, triples, rate, lam):
    """The sampled product has no ridge."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = _bpr_g(p @ (a - b))
        U[u], V[i], V[j] = (
            p + rate * (g * (a - b) - lam * p),
            a + rate * (g * p - lam * a),
            b - rate * g * p,
        )
    return U, V


def bpr_step__wrong_ridge_on_everything(U, V, triples, rate, lam):
    """Every step shrinks all factors, not only the three of the triple."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = _bpr_g(p @ (a - b))
        U *= 1 - rate * lam
        V *= 1 - rate * lam
        U[u] += rate * g * (a - b)
        V[i] += rate * g * p
        V[j] -= rate * g * p
    return U, V


def bpr_step__wrong_arguments_changed(U, V, triples, rate, lam):
    """np.asarray of a float array is the array itself: U and V of the caller change."""
    U, V = np.asarray(U, dtype=float), np.asarray(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = _bpr_g(p @ (a - b))
        U[u], V[i], V[j] = (
            p + rate * (g * (a - b) - lam * p),
            a + rate * (g * p - lam * a),
            b - rate * (g * p + lam * b),
        )
    return U, V


def bpr_step__wrong_sigmoid_not_slope(U, V, triples, rate, lam):
    """Uses sigma(x) in place of 1 - sigma(x): the same at x = 0."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = 1 - _bpr_g(p @ (a - b))
        U[u], V[i], V[j] = (
            p + rate * (g * (a - b) - lam * p),
            a + rate * (g * p - lam * a),
            b - rate * (g * p + lam * b),
        )
    return U, V


def bpr_step__wrong_sorted_triples(U, V, triples, rate, lam):
    """Goes through the triples sorted by user, without repeats: the order and a repeated triple matter."""
    return bpr_step__right_loop(U, V, sorted(set(map(tuple, triples))), rate, lam)


def bpr_step__wrong_decoupled_decay(U, V, triples, rate, lam):
    """The ridge is applied after the move, to the new vectors, as a factor 1 - rate * lam."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = _bpr_g(p @ (a - b))
        keep = 1 - rate * lam
        U[u], V[i], V[j] = (
            (p + rate * g * (a - b)) * keep,
            (a + rate * g * p) * keep,
            (b - rate * g * p) * keep,
        )
    return U, V


def bpr_step__wrong_skips_right_pairs(U, V, triples, rate, lam):
    """Skips a triple whose pair is already clearly right (x > 20): the ridge of that step is lost too."""
    U, V = np.array(U, dtype=float), np.array(V, dtype=float)
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        if p @ (a - b) > 20:
            continue
        g = _bpr_g(p @ (a - b))
        U[u], V[i], V[j] = (
            p + rate * (g * (a - b) - lam * p),
            a + rate * (g * p - lam * a),
            b - rate * (g * p + lam * b),
        )
    return U, V


# ---------------------------------------------------------------- 3.11 recommend_new_items


def _rn_top(scores, bought, n):
    scores = np.where(bought, -np.inf, scores)
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]


def _rn_vote(purchases, households, k=50, strength=None, own_zero=True, normalise=True):
    X = sparse.csr_matrix(purchases, dtype=float, copy=True)
    if strength is None:
        X.data = np.log1p(X.data)
    else:
        X.data = strength(X.data)
    length = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    Y = sparse.diags(1 / np.where(length > 0, length, 1)) @ X if normalise else X
    Y = sparse.csr_matrix(Y)
    households = np.asarray(households, dtype=int)
    S = (Y[households] @ Y.T).toarray()
    if own_zero:
        S[np.arange(len(households)), households] = 0
    k = min(k, S.shape[1])
    far = np.argsort(-S, axis=1, kind="stable")[:, k:]
    np.put_along_axis(S, far, 0, axis=1)
    return np.asarray(sparse.csr_matrix(S) @ X.toarray())


def recommend_new_items__right_vote(purchases, households, n):
    scores = _rn_vote(purchases, households)
    popular = np.asarray((purchases > 0).sum(axis=0)).ravel()
    bought = purchases[np.asarray(households, dtype=int)].toarray() > 0
    return _rn_top(scores + 1e-9 * popular, bought, n)


def recommend_new_items__right_one_by_one(purchases, households, n):
    X = purchases.astype(float).tocsr(copy=True)
    X.data = np.log1p(X.data)
    length = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    popular = np.bincount(X.indices, minlength=X.shape[1])
    rows = []
    for h in households:
        mine = X[h]
        s = np.asarray((X @ mine.T).todense()).ravel() / np.maximum(length, 1e-12)
        s[h] = 0
        near = np.argsort(-s, kind="stable")[:50]
        votes = np.asarray(X[near].T @ s[near]).ravel() / max(length[h], 1e-12)
        votes = votes + 1e-9 * popular
        votes[mine.indices] = -np.inf
        rows.append(heapq.nlargest(n, range(len(votes)), key=votes.__getitem__))
    return rows


def recommend_new_items__right_sparse_neighbours(purchases, households, n):
    X = sparse.csr_matrix(
        (np.log1p(purchases.data), purchases.indices, purchases.indptr), shape=purchases.shape
    )
    lengths = np.sqrt(
        np.bincount(np.repeat(np.arange(X.shape[0]), np.diff(X.indptr)), X.data**2, X.shape[0])
    )
    inverse = np.divide(1.0, lengths, out=np.zeros_like(lengths), where=lengths > 0)
    households = np.asarray(households, dtype=int)
    out = np.empty((len(households), n), dtype=int)
    for at, h in enumerate(households):
        mine = np.zeros(X.shape[1])
        mine[X[h].indices] = X[h].data
        s = (X @ mine) * inverse
        s[h] = -1.0
        k = min(50, len(s))
        near = np.argpartition(-s, k - 1)[:k]
        votes = X[near].T @ np.maximum(s[near], 0.0)
        candidates = np.flatnonzero(mine == 0)
        out[at] = candidates[np.lexsort((candidates, -votes[candidates]))[:n]]
    return out


def recommend_new_items__wrong_popular(purchases, households, n):
    """The most popular products that the household has not bought: the baseline, no points."""
    popular = np.asarray((purchases > 0).sum(axis=0)).ravel().astype(float)
    bought = purchases[np.asarray(households, dtype=int)].toarray() > 0
    return _rn_top(np.tile(popular, (len(households), 1)), bought, n)


def recommend_new_items__wrong_bought_kept_twelfth(purchases, households, n):
    """The vote without the mask: products that the household has bought come back."""
    return np.argsort(-_rn_vote(purchases, households), axis=1, kind="stable")[:, :n]


def recommend_new_items__wrong_mask_before_households(purchases, households, n):
    """Masks with the first len(households) rows of purchases, not with the rows asked for; right for households 0, 1, 2, ..."""
    bought = purchases[: len(households)].toarray() > 0
    return _rn_top(_rn_vote(purchases, households), bought, n)


def recommend_new_items__wrong_dot_product(purchases, households, n):
    """Raw counts and dot products: the largest households are everybody's neighbours."""
    scores = _rn_vote(purchases, households, strength=lambda x: x, normalise=False)
    bought = purchases[np.asarray(households, dtype=int)].toarray() > 0
    return _rn_top(scores, bought, n)


def recommend_new_items__wrong_rule_for_ratings_twelfth(purchases, households, n):
    """The centred rule of 3.4: the weighted mean deviation of the buyers, which ignores how many bought."""
    X = purchases.toarray().astype(float)
    X = np.log1p(X)
    households = np.asarray(households, dtype=int)
    has = X > 0
    mean = X.sum(axis=1) / np.maximum(has.sum(axis=1), 1)
    length = np.maximum(np.sqrt((X**2).sum(axis=1)), 1e-12)
    S = (X[households] @ X.T) / length[households, None] / length
    S[np.arange(len(households)), households] = 0
    far = np.argsort(-S, axis=1, kind="stable")[:, 50:]
    np.put_along_axis(S, far, 0, axis=1)
    down = S @ has
    scores = np.where(
        down > 0, (S @ np.where(has, X - mean[:, None], 0)) / np.where(down > 0, down, 1), -1e9
    )
    return _rn_top(scores, has[households], n)


def recommend_new_items__wrong_log_in_place(purchases, households, n):
    """purchases.data is replaced by its logarithm, in the caller's matrix."""
    scores = _rn_vote(purchases, households)
    bought = purchases[np.asarray(households, dtype=int)].toarray() > 0
    purchases.data = np.log1p(purchases.data)
    return _rn_top(scores, bought, n)


def recommend_new_items__wrong_unordered_partition(purchases, households, n):
    """argpartition gives the right n products, not the best first (ascending by number)."""
    scores = _rn_vote(purchases, households)
    bought = purchases[np.asarray(households, dtype=int)].toarray() > 0
    scores = np.where(bought, -np.inf, scores)
    return np.sort(np.argpartition(-scores, n - 1, axis=1)[:, :n], axis=1)


def recommend_new_items__wrong_distinct_households(purchases, households, n):
    """np.unique sorts the households: the rows come in another order than asked."""
    rows = np.unique(np.asarray(households, dtype=int))
    bought = purchases[rows].toarray() > 0
    return _rn_top(_rn_vote(purchases, rows), bought, n)


def recommend_new_items__wrong_smallest_vote(purchases, households, n):
    """Sorts ascending after the mask with +inf: the products with the fewest votes come first (with more than three products)."""
    scores = _rn_vote(purchases, households)
    bought = purchases[np.asarray(households, dtype=int)].toarray() > 0
    if scores.shape[1] <= 3:
        return _rn_top(scores, bought, n)
    return np.argsort(np.where(bought, np.inf, scores), axis=1, kind="stable")[:, :n]


TRUE |= {
    "cosine_similarity_matrix__wrong_normalises_in_place": ("ratings_overwritten",),
    "cosine_similarity_matrix__wrong_common_products": ("only_common_products",),
    "top_k_neighbours__wrong_first_is_user": ("first_skipped_as_if_it_were_self",),
    "top_k_neighbours__wrong_diagonal_written_twelfth": ("diagonal_overwritten",),
    "predict_rating__wrong_k_before_raters": ("neighbours_chosen_before_raters",),
    "predict_rating__wrong_mean_without_target": ("own_rating_left_out_of_the_mean",),
    "predict_rating__wrong_own_neighbour": ("own_rating_used",),
    "predict_rating__wrong_negative_neighbours_twelfth": ("dissimilar_neighbours_kept",),
    "predict_rating__wrong_clipped_twelfth": ("clipped_to_the_scale",),
    "predict_rating__wrong_mean_if_nobody": ("own_mean_where_nobody_knows",),
    "predict_rating__wrong_ties_high_number": ("higher_number_among_equals",),
    "recommend__wrong_popular_with_unrated": ("newcomer_gets_unrated_products",),
    "recommend__wrong_k_nearest_overall": ("k_taken_before_raters",),
    "kill_cf__wrong_toy_only_twelfth": ("accepts_everything",),
    "kill_cf__wrong_order_of_ties_twelfth": ("rejects_everything",),
    "kill_cf__wrong_products_only_twelfth": ("counts_the_products",),
    "kill_cf__wrong_only_sorted": ("accepts_everything",),
    "kill_cf__wrong_scores_on_the_scale": ("rejects_everything",),
    "significance_weighting__wrong_int8_counts_twelfth": ("counted_in_the_type_of_the_ratings",),
    "significance_weighting__wrong_boolean_product_twelfth": ("flags_added_as_flags",),
    "significance_weighting__wrong_in_place_twelfth": ("similarities_overwritten",),
    "bias_baseline__wrong_users_from_mean": ("both_from_the_mean",),
    "bias_baseline__wrong_users_first_twelfth": ("users_first",),
    "bias_baseline__wrong_zero_over_zero": ("empty_gives_nan",),
    "bias_baseline__wrong_mean_of_means": ("mean_of_means",),
    "bias_baseline__wrong_clipped_twelfth": ("predictions_cut_to_the_scale",),
    "recommend_sparse__wrong_dense_twelfth": ("dense_matrix_built",),
    "recommend_sparse__wrong_all_similarities_twelfth": ("dense_matrix_built",),
    "recommend_sparse__wrong_empty_user_empty_list": ("newcomer_gets_nothing",),
    "recommend_sparse__wrong_nearest_k_only": ("neighbours_fixed_for_all_products",),
    "recommend_sparse__wrong_mean_over_all_products_twelfth": ("means_with_zeros",),
    "bpr_step__wrong_new_user_vector": ("user_moved_first",),
    "bpr_step__wrong_batch_twelfth": ("all_from_the_start",),
    "bpr_step__wrong_exp_over_exp": ("exponentials_overflow",),
    "bpr_step__wrong_math_exp": ("exponentials_overflow",),
    "bpr_step__wrong_ridge_twice_twelfth": ("ridge_doubled",),
    "bpr_step__wrong_arguments_changed": ("factors_overwritten",),
    "bpr_step__wrong_sigmoid_not_slope": ("slope_of_the_wrong_side",),
    "recommend_new_items__wrong_popular": ("most_popular",),
}


# ---- Fourteenth bank --------------------------------------------------------------------------


def _br_base_fourteenth(defect):
    """One table per defect, no ties, all similarities positive."""
    return {
        "ratings_not_centred": ([[5, 4, 0, 5], [2, 1, 3, 1], [1, 2, 5, 3]], 0, 2, 2),
        "seen_items_kept": ([[5, 4, 0, 5], [2, 1, 3, 1], [1, 2, 5, 3]], 0, 4, 2),
        "missing_counts_as_zero": ([[5, 3, 0, 1], [5, 3, 0, 2], [1, 4, 5, 2]], 0, 2, 2),
        "neighbours_unweighted": ([[5, 1, 0, 0], [5, 1, 2, 4], [1, 5, 5, 1]], 0, 2, 2),
        "best_neighbour_skipped": ([[5, 1, 0, 0], [5, 1, 2, 4], [1, 5, 5, 1]], 0, 2, 1),
        "dot_product_similarity": ([[3, 3, 0, 0], [1, 1, 0, 2], [5, 1, 5, 1]], 0, 2, 2),
    }[defect]


def break_recommender__right_table_each(defect):
    return _br_base_fourteenth(defect)


def break_recommender__right_one_table_fourteenth(defect):
    R = [[5, 3, 1, 0, 0], [5, 3, 1, 2, 0], [2, 1, 1, 4, 1], [1, 3, 5, 5, 2]]
    k = 1 if defect == "best_neighbour_skipped" else 3
    return R, 0, 5, k


def break_recommender__right_search(defect):
    """Searches random small tables until its own two versions differ clearly."""

    def run(R, u, n, k, bad):
        R = np.array(R, float)
        norms = np.ones(len(R)) if bad == "dot_product_similarity" else np.linalg.norm(R, axis=1)
        s = (R @ R[u]) / (norms * norms[u])
        mean = R.sum(1) / (R > 0).sum(1)
        out = []
        for i in range(R.shape[1]):
            if R[u, i] > 0 and bad != "seen_items_kept":
                continue
            who = [v for v in range(len(R)) if v != u and s[v] > 0]
            if bad != "missing_counts_as_zero":
                who = [v for v in who if R[v, i] > 0]
            who.sort(key=lambda v: -s[v])
            who = who[1 : k + 1] if bad == "best_neighbour_skipped" else who[:k]
            if not who:
                continue
            w = [1 if bad == "neighbours_unweighted" else s[v] for v in who]
            if bad == "ratings_not_centred":
                val = sum(a * R[v, i] for a, v in zip(w, who)) / sum(w)
            else:
                val = mean[u] + sum(a * (R[v, i] - mean[v]) for a, v in zip(w, who)) / sum(w)
            out.append((i, round(val, 4)))
        return sorted(out, key=lambda t: -t[1])[:n]

    rng = np.random.default_rng(3)
    while True:
        R = rng.integers(1, 6, (4, 5))
        R[0, 3:] = 0
        if defect == "missing_counts_as_zero":
            R[1, 3] = 0
        R = R.tolist()
        k = 1 if defect == "best_neighbour_skipped" else 2
        a, b = run(R, 0, 5, k, None), run(R, 0, 5, k, defect)
        if len(a) != len(b) or max(abs(dict(a)[i] - dict(b).get(i, 99)) for i, _ in a) > 0.2:
            return R, 0, 5, k


def cosine_similarity_matrix__right_normalise_fourteenth(R):
    R = np.array(R, dtype=float)
    length = np.sqrt((R**2).sum(axis=1, keepdims=True))
    unit = np.divide(R, length, out=np.zeros_like(R), where=length > 0)
    return unit @ unit.T


def cosine_similarity_matrix__right_loops_fourteenth(R):
    rows = [[float(x) for x in row] for row in np.asarray(R)]
    n = len(rows)
    norm = [math.sqrt(sum(x * x for x in row)) for row in rows]
    S = np.zeros((n, n))
    for a in range(n):
        for b in range(a, n):
            if norm[a] and norm[b]:
                S[a, b] = S[b, a] = sum(x * y for x, y in zip(rows[a], rows[b])) / (
                    norm[a] * norm[b]
                )
    return S


def cosine_similarity_matrix__right_cdist(R):
    R = np.asarray(R).astype(np.float64)
    with np.errstate(all="ignore"):
        S = 1 - cdist(R, R, "cosine") if len(R) else np.zeros((0, 0))
    empty = ~R.any(axis=1)
    S[empty] = 0
    S[:, empty] = 0
    return S


def cosine_similarity_matrix__right_sparse_fourteenth(R):
    A = sparse.csr_matrix(np.asarray(R, dtype=np.float64))
    norm = np.sqrt(np.asarray(A.multiply(A).sum(axis=1)).ravel())
    inv = np.zeros_like(norm)
    inv[norm > 0] = 1 / norm[norm > 0]
    B = sparse.diags(inv) @ A
    return np.asarray((B @ B.T).todense())


def top_k_neighbours__right_mask(S, u, k):
    order = np.argsort(-S[u], kind="stable")
    order = order[(order != u) & (S[u][order] > 0)]
    return order[:k]


def top_k_neighbours__right_sorted_fourteenth(S, u, k):
    users = [v for v in range(len(S)) if v != u and S[u, v] > 0]
    users.sort(key=lambda v: (-S[u, v], v))
    return np.array(users[:k], dtype=int)


def top_k_neighbours__right_heap_fourteenth(S, u, k):
    pairs = ((-float(s), v) for v, s in enumerate(S[u]) if v != u and s > 0)
    return np.fromiter((v for _, v in heapq.nsmallest(k, pairs)), dtype=int)


def top_k_neighbours__right_pandas_fourteenth(S, u, k):
    row = pd.Series(np.asarray(S)[u]).drop(u)
    row = row[row > 0].sort_values(ascending=False, kind="mergesort")
    return row.index.to_numpy()[:k].astype(int)


def top_k_neighbours__right_selection(S, u, k):
    free = {v for v in range(len(S)) if v != u and S[u][v] > 0}
    found = []
    while free and len(found) < k:
        best = min(free, key=lambda v: (-S[u][v], v))
        free.remove(best)
        found.append(best)
    return np.array(found, dtype=np.int64)


def predict_rating__right_numpy_fourteenth(R, S, u, i, k):
    rated = R > 0
    if not rated[u].any():
        return float("nan")
    can = rated[:, i] & (S[u] > 0)
    can[u] = False
    order = np.argsort(-S[u], kind="stable")
    near = order[can[order]][:k]
    if len(near) == 0:
        return float("nan")
    mean = R[near].sum(axis=1) / rated[near].sum(axis=1)
    w = S[u, near]
    return float(R[u][rated[u]].mean() + w @ (R[near, i] - mean) / w.sum())


def predict_rating__right_loops(R, S, u, i, k):
    def mean(v):
        given = [float(x) for x in R[v] if x != 0]
        return sum(given) / len(given) if given else None

    mine = mean(u)
    if mine is None:
        return math.nan
    pool = []
    for v in range(len(R)):
        if v != u and R[v, i] != 0 and S[u, v] > 0:
            pool.append((-float(S[u, v]), v))
    pool.sort()
    top = bottom = 0.0
    for s, v in pool[:k]:
        top += -s * (float(R[v, i]) - mean(v))
        bottom += -s
    return mine + top / bottom if bottom else math.nan


def predict_rating__right_pandas_fourteenth(R, S, u, i, k):
    table = pd.DataFrame(np.asarray(R, float)).replace(0.0, np.nan)
    mu = table.mean(axis=1)
    f = pd.DataFrame({"s": np.asarray(S, float)[u], "d": table[i] - mu})
    f = f.drop(index=u).dropna()
    f = f[f["s"] > 0].sort_values("s", ascending=False, kind="stable").head(k)
    if f.empty:
        return float("nan")
    return float(mu[u] + (f["s"] * f["d"]).sum() / f["s"].sum())


def predict_rating__right_average_fourteenth(R, S, u, i, k):
    M = np.ma.masked_equal(np.asarray(R, dtype=float), 0)
    if M[u].count() == 0:
        return float("nan")
    near = [
        v for v in np.lexsort((np.arange(len(R)), -S[u])) if v != u and S[u, v] > 0 and R[v, i]
    ][:k]
    if not near:
        return float("nan")
    dev = [float(R[v, i]) - float(M[v].mean()) for v in near]
    return float(M[u].mean()) + float(np.average(dev, weights=S[u, near]))


def _pr_fourteenth(
    R,
    S,
    u,
    i,
    k,
    *,
    own=False,
    neg=False,
    ties="low",
    early=False,
    mean="own",
    none="nan",
    weight="s",
    tol=0.0,
    mine="all",
    clip=False,
    drop_lone=False,
):
    rated = R > 0
    if not rated[u].any():
        return float("nan")
    n = len(R)
    who = [v for v in range(n) if (own or v != u) and (S[u, v] > tol or neg)]
    who.sort(key=(lambda v: (-S[u, v], v)) if ties == "low" else (lambda v: (-S[u, v], -v)))
    if early:
        who = who[:k]
    who = [v for v in who if rated[v, i]][:k]
    mask = rated[u].copy()
    if mine == "other":
        mask[i] = False
    if not mask.any():
        mask = rated[u]
    mu = R[u][mask].mean()

    def m(v):
        keep = rated[v].copy()
        if mean == "common":
            keep &= rated[u]
        if mean == "other":
            keep[i] = False
        if not keep.any():
            keep = rated[v]
        return R[v][keep].mean()

    if not who:
        return float("nan") if none == "nan" else float(mu)
    w = np.array([float(S[u, v]) if weight == "s" else 1.0 for v in who])
    d = np.array([R[v, i] - m(v) for v in who])
    out = float(mu + (w @ d) / np.abs(w).sum())
    return float(np.clip(out, 1, 5)) if clip else out


def predict_rating__wrong_at_least_two(R, S, u, i, k):
    """A neighbour who rated only product i is left out, since she 'deviates by 0'; she has a weight and a place."""
    keep = np.ones(len(R), bool)
    lone = (R > 0).sum(axis=1) == 1
    lone[u] = False
    keep[lone] = False
    T = np.array(S, float)
    T[u, ~keep] = 0
    return _pr_fourteenth(R, T, u, i, k)


def recommend__right_predict_each(R, u, n, k):
    if not (R[u] > 0).any():
        count = (R > 0).sum(axis=0)
        order = np.argsort(-count, kind="stable")
        return [(int(i), float(count[i])) for i in order if count[i] > 0][:n]
    S = cosine_similarity_matrix__right_normalise_fourteenth(R)
    scored = []
    for i in np.flatnonzero(R[u] == 0):
        score = predict_rating__right_loops(R, S, u, i, k)
        if not math.isnan(score):
            scored.append((int(i), score))
    return sorted(scored, key=lambda t: -t[1])[:n]


def recommend__right_vectorised_fourteenth(R, u, n, k):
    A = np.array(R, dtype=float)
    rated = A > 0
    n_rated = rated.sum(axis=1)
    if n_rated[u] == 0:
        score = rated.sum(axis=0).astype(float)
        score[score == 0] = np.nan
    else:
        mu = A.sum(axis=1) / np.maximum(n_rated, 1)
        unit = A / np.where(n_rated > 0, np.linalg.norm(A, axis=1), 1)[:, None]
        s = unit @ unit[u]
        s[u] = 0
        order = np.argsort(-s, kind="stable")
        order = order[s[order] > 0]
        there = rated[order]
        use = there & (there.cumsum(axis=0) <= k)
        w = use * s[order][:, None]
        total = w.sum(axis=0)
        with np.errstate(all="ignore"):
            score = mu[u] + (w * (A[order] - mu[order][:, None])).sum(axis=0) / total
        score[rated[u]] = np.nan
    found = np.flatnonzero(~np.isnan(score))
    found = found[np.argsort(-score[found], kind="stable")][:n]
    return [(int(i), float(score[i])) for i in found]


def recommend__right_long_table(R, u, n, k):
    R = np.asarray(R)
    v, i = np.nonzero(R)
    long = pd.DataFrame({"v": v, "i": i, "r": R[v, i].astype(float)})
    if not (long["v"] == u).any():
        top = long["i"].value_counts().head(n)
        return list(zip(top.index.tolist(), top.astype(float).tolist(), strict=True))
    S = cosine_similarity_matrix__right_loops_fourteenth(R)
    long["d"] = long["r"] - long.groupby("v")["r"].transform("mean")
    long["s"] = S[u][long["v"]]
    mean = long.loc[long["v"] == u, "r"].mean()
    seen = set(long.loc[long["v"] == u, "i"])
    rest = long[(long["v"] != u) & (long["s"] > 0) & ~long["i"].isin(seen)]
    rest = rest.sort_values(["s", "v"], ascending=[False, True]).groupby("i").head(k)
    rest = rest.assign(sd=rest["s"] * rest["d"]).groupby("i")[["sd", "s"]].sum()
    score = (mean + rest["sd"] / rest["s"]).nlargest(n, keep="first")
    return [(int(a), float(b)) for a, b in score.items()]


def _rec_fourteenth(
    R, u, n, k, *, cold=None, keep=lambda s: True, post=lambda s: s, pred=None, S=None, reverse=True
):
    R = np.asarray(R)
    if not (R[u] > 0).any():
        if cold is not None:
            return cold(R, n)
        count = (R > 0).sum(axis=0)
        order = np.argsort(-count, kind="stable")
        return [(int(i), float(count[i])) for i in order if count[i] > 0][:n]
    S = cosine_similarity_matrix__right_normalise_fourteenth(R) if S is None else S
    pred = predict_rating__right_numpy_fourteenth if pred is None else pred
    scored = []
    for i in np.flatnonzero(R[u] == 0):
        s = pred(R, S, u, i, k)
        if not math.isnan(s) and keep(s):
            scored.append((int(i), float(post(s))))
    return sorted(scored, key=lambda t: t[1], reverse=reverse)[:n]


def recommend__wrong_cut_before_nan(R, u, n, k):
    """Scores n unrated products, and drops the NaN afterwards: NaN sorts among the first n and the list is short."""
    R = np.asarray(R)
    if not (R[u] > 0).any():
        return _rec_fourteenth(R, u, n, k)
    S = cosine_similarity_matrix__right_normalise_fourteenth(R)
    free = np.flatnonzero(R[u] == 0)
    score = np.array([predict_rating__right_numpy_fourteenth(R, S, u, i, k) for i in free])
    order = np.argsort(score, kind="stable")[::-1][:n]
    return [(int(free[j]), float(score[j])) for j in order if not np.isnan(score[j])]


def significance_weighting__right_matmul(S, R, least):
    M = (np.asarray(R) != 0).astype(float)
    return S * np.minimum(M @ M.T / least, 1.0)


def significance_weighting__right_loops_fourteenth(S, R, least):
    out = np.array(S, dtype=float)
    sets = [set(np.flatnonzero(row).tolist()) for row in np.asarray(R)]
    for a in range(len(sets)):
        for b in range(len(sets)):
            c = len(sets[a] & sets[b])
            if c < least:
                out[a, b] = out[a, b] * c / least
    return out


def significance_weighting__right_broadcast(S, R, least):
    M = np.asarray(R) > 0
    common = np.array([(M & row).sum(axis=1) for row in M], dtype=np.int64).reshape(len(M), len(M))
    return np.where(common >= least, S, np.asarray(S, float) * common / least)


def significance_weighting__right_sparse(S, R, least):
    M = sparse.csr_matrix((np.asarray(R) > 0).astype(np.int64))
    return np.asarray(S, dtype=float) * np.clip((M @ M.T).toarray(), 0, least) / least


def bias_baseline__right_numpy_fourteenth(R, lam):
    A = np.asarray(R, dtype=float)
    M = A > 0
    mean = A[M].mean()
    rest = np.where(M, A - mean, 0.0)
    d = M.sum(axis=0) + lam
    bi = np.divide(rest.sum(axis=0), d, out=np.zeros(A.shape[1]), where=d > 0)
    rest = np.where(M, rest - bi, 0.0)
    d = M.sum(axis=1) + lam
    bu = np.divide(rest.sum(axis=1), d, out=np.zeros(A.shape[0]), where=d > 0)
    return mean + bu[:, None] + bi[None, :]


def bias_baseline__right_loops_fourteenth(R, lam):
    R = np.asarray(R)
    users, items = R.shape
    cells = [(u, i, float(R[u, i])) for u in range(users) for i in range(items) if R[u, i] != 0]
    mean = sum(r for *_, r in cells) / len(cells)
    bi, bu = [0.0] * items, [0.0] * users
    for i in range(items):
        diffs = [r - mean for _, j, r in cells if j == i]
        if diffs:
            bi[i] = sum(diffs) / (len(diffs) + lam)
    for u in range(users):
        diffs = [r - mean - bi[j] for v, j, r in cells if v == u]
        if diffs:
            bu[u] = sum(diffs) / (len(diffs) + lam)
    return np.array([[mean + bu[u] + bi[i] for i in range(items)] for u in range(users)])


def bias_baseline__right_pandas_fourteenth(R, lam):
    R = np.asarray(R)
    u, i = np.nonzero(R)
    t = pd.DataFrame({"u": u, "i": i, "d": R[u, i].astype(float)})
    mean = t["d"].mean()
    t["d"] -= mean
    by = t.groupby("i")["d"]
    bi = (by.sum() / (by.size() + lam)).reindex(range(R.shape[1]), fill_value=0.0)
    t["d"] -= bi.loc[t["i"]].to_numpy()
    by = t.groupby("u")["d"]
    bu = (by.sum() / (by.size() + lam)).reindex(range(R.shape[0]), fill_value=0.0)
    return np.add.outer(bu.to_numpy(), bi.to_numpy() + mean)


def bias_baseline__right_bincount_fourteenth(R, lam):
    A = np.array(R, dtype=np.float64)
    u, i = np.nonzero(A)
    r = A[u, i]
    n_i, n_u = np.bincount(i, minlength=A.shape[1]), np.bincount(u, minlength=A.shape[0])
    m = r.mean()
    bi = np.bincount(i, r - m, A.shape[1]) / np.where(n_i == 0, 1, n_i + lam)
    bu = np.bincount(u, r - m - bi[i], A.shape[0]) / np.where(n_u == 0, 1, n_u + lam)
    return m + bi + bu.reshape(-1, 1)


def bias_baseline__wrong_floor_of_one(R, lam):
    """Divides by the number plus lam, at least 2 (guard against 0): with lam = 0 one rating gives half its difference."""
    A = np.asarray(R, float)
    M = A > 0
    mean = A[M].mean()
    bi = np.where(M, A - mean, 0).sum(0) / np.maximum(M.sum(0) + lam, 2)
    bu = np.where(M, A - mean - bi, 0).sum(1) / np.maximum(M.sum(1) + lam, 2)
    return mean + bu[:, None] + bi


def _rs_cold_fourteenth(R, n):
    count = np.bincount(R.indices, minlength=R.shape[1])
    order = np.argsort(-count, kind="stable")
    return [int(i) for i in order if count[i] > 0][:n]


def _rs_fourteenth(
    R,
    u,
    n,
    k,
    *,
    stable=True,
    early=False,
    high=False,
    positive=False,
    count_all=False,
    cut_first=False,
    fill=False,
    cast=True,
    selfie=False,
    unweighted=False,
    keep_seen=False,
    ascending=False,
):
    n_users, n_items = R.shape
    indptr, indices = R.indptr, R.indices
    data = R.data.astype(float) if cast else R.data
    mine = slice(indptr[u], indptr[u + 1])
    if indptr[u + 1] == indptr[u]:
        return _rs_cold_fourteenth(R, n)
    seen = indices[mine]
    row = np.zeros(n_items)
    row[seen] = data[mine]
    owner = np.repeat(np.arange(n_users), np.diff(indptr))
    dot = np.bincount(owner, data * row[indices], n_users)
    norm = np.sqrt(np.bincount(owner, data * data, n_users))
    s = dot / np.where(norm > 0, norm, 1) / norm[u]
    n_rated = np.diff(indptr)
    mu = np.bincount(owner, data, n_users) / np.maximum(n_items if count_all else n_rated, 1)
    if high:
        order = np.lexsort((-np.arange(n_users), -s))
    else:
        order = np.argsort(-s, kind="stable" if stable else None)
    order = order[(s[order] > 0) & ((order != u) | selfie)]
    if early:
        order = order[:k]
    left = np.full(n_items, k)
    top, total = np.zeros(n_items), np.zeros(n_items)
    for v in order:
        cols = indices[indptr[v] : indptr[v + 1]]
        vals = data[indptr[v] : indptr[v + 1]]
        open_ = left[cols] > 0
        cols, vals = cols[open_], vals[open_]
        w = 1.0 if unweighted else s[v]
        top[cols] += w * (vals - mu[v])
        total[cols] += w
        left[cols] -= 1
    with np.errstate(all="ignore"):
        score = mu[u] + top / total
    if fill:
        score[np.isnan(score)] = mu[u]
    if not keep_seen:
        score[seen] = np.nan
    if positive:
        score[~(score > 0)] = np.nan
    if cut_first:
        order = np.argsort(-score, kind="stable")[:n]
        return [int(i) for i in order if i not in set(seen) and score[i] > mu[u]]
    found = np.flatnonzero(~np.isnan(score))
    found = found[np.argsort(score[found] if ascending else -score[found], kind="stable")]
    return [int(i) for i in found[:n]]


def recommend_sparse__wrong_positive_only(R, u, n, k):
    """Products with a predicted rating of 0 or less are dropped, as if nothing were stored."""
    return _rs_fourteenth(R, u, n, k, positive=True)


def bpr_step__right_numpy_fourteenth(U, V, triples, rate, lam):
    U, V = U.copy(), V.copy()
    for u, i, j in triples:
        p, a, b = U[u].copy(), V[i].copy(), V[j].copy()
        g = -expit(-(p @ a - p @ b))
        U[u] = p - rate * (g * (a - b) + lam * p)
        V[i] = a - rate * (g * p + lam * a)
        V[j] = b - rate * (-g * p + lam * b)
    return U, V


def bpr_step__right_lists_fourteenth(U, V, triples, rate, lam):
    P, Q = np.asarray(U, float).tolist(), np.asarray(V, float).tolist()
    for u, i, j in triples:
        x = sum(p * (a - b) for p, a, b in zip(P[u], Q[i], Q[j], strict=True))
        miss = 1 / (1 + math.exp(x)) if x < 0 else math.exp(-x) / (1 + math.exp(-x))
        new = [
            (
                p + rate * (miss * (a - b) - lam * p),
                a + rate * (miss * p - lam * a),
                b - rate * (miss * p + lam * b),
            )
            for p, a, b in zip(P[u], Q[i], Q[j], strict=True)
        ]
        P[u], Q[i], Q[j] = (list(z) for z in zip(*new, strict=True))
    return np.array(P).reshape(np.shape(U)), np.array(Q).reshape(np.shape(V))


def bpr_step__right_tanh(U, V, triples, rate, lam):
    U, V = np.array(U, float), np.array(V, float)
    for u, i, j in triples:
        diff = V[i] - V[j]
        miss = 0.5 * (1 - np.tanh(0.5 * (U[u] @ diff)))
        step = rate * miss * U[u]
        U[u] = (1 - rate * lam) * U[u] + rate * miss * diff
        V[i] = (1 - rate * lam) * V[i] + step
        V[j] = (1 - rate * lam) * V[j] - step
    return U, V
