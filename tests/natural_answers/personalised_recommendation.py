"""Natural answers, right and wrong, written from the statements of notebook 04 alone."""

import heapq
import itertools
import math
from collections import Counter
import numpy as np
import pandas as pd
from scipy import sparse, stats
from scipy.sparse.linalg import svds
from scipy.special import log_softmax, logsumexp
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import normalize
import random
from scipy.special import rel_entr
import bisect
import functools
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
from itertools import zip_longest
from scipy import sparse, special
from sklearn.feature_extraction.text import TfidfTransformer
from collections import defaultdict
from scipy import sparse, special, stats
from decimal import ROUND_HALF_EVEN
from scipy.stats import rankdata
import zlib
from itertools import chain
from itertools import product
from scipy.stats import zscore


UNSURE = {}

# ---------------------------------------------------------------- 4.1 break_basket_recommender


def _cos_rows(R):
    R = np.asarray(R, float)
    norm = np.linalg.norm(R, axis=1)
    norm[norm == 0] = 1
    X = R / norm[:, None]
    return X @ X.T


def _baskets(R, u, n, defect=None):
    R = np.asarray(R)
    have = R[u] > 0
    X = (R > 0).astype(int) if defect == "counts_made_flags" else R
    S = X @ X.T if defect == "norms_forgotten" else _cos_rows(X)
    w = S[u].astype(float)
    if defect == "similarity_invented":
        w = np.full(len(R), 0.5)
    if defect == "flags_used_as_indices":
        w = S[R[u]].mean(axis=0)
    w[u] = 0
    score = (w @ X).round(10)
    if defect != "seen_items_kept":
        unseen = np.flatnonzero(~have)
    else:
        unseen = np.arange(R.shape[1])
    order = [p for p in np.argsort(-score[unseen], kind="stable") if score[unseen[p]] > 0][:n]
    return [int(p) if defect == "places_for_items" else int(unseen[p]) for p in order]


_DEFECTS = (
    "flags_used_as_indices",
    "similarity_invented",
    "seen_items_kept",
    "norms_forgotten",
    "counts_made_flags",
    "places_for_items",
)


def _basket_tables():
    return {
        "flags_used_as_indices": ([[1, 1, 0, 0, 0], [0, 0, 3, 1, 0], [1, 1, 0, 0, 1]], 0, 1),
        "similarity_invented": ([[1, 1, 0, 0], [1, 1, 1, 0], [0, 1, 0, 1], [0, 0, 0, 1]], 0, 1),
        "seen_items_kept": ([[1, 1, 0], [1, 1, 1]], 0, 3),
        "norms_forgotten": ([[1, 1, 0, 0], [1, 1, 2, 0], [9, 9, 0, 1], [0, 0, 0, 0]], 0, 1),
        "counts_made_flags": ([[1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 0, 3]], 0, 1),
        "places_for_items": ([[1, 0, 0], [1, 0, 1]], 0, 1),
    }


def break_basket_recommender__right_table(defect):
    return _basket_tables()[defect]


def break_basket_recommender__right_search(defect):
    """Simulates the flawed recommenders and draws small tables until the lists differ."""
    rng = np.random.default_rng(0)
    while True:
        R = rng.integers(0, 4, (4, 5)) * (rng.random((4, 5)) < 0.7)
        for u in range(4):
            right = _baskets(R, u, 2)
            if R[u].any() and right and right != _baskets(R, u, 2, defect):
                return R.tolist(), u, 2


def break_basket_recommender__right_last_user(defect):
    """Counts below 3 and the user in the last row, items in reversed order."""
    rng = np.random.default_rng(7)
    for _ in range(10_000):
        R = rng.integers(0, 3, (3, 4))
        right = _baskets(R, 2, 1)
        if R[2].any() and right and right != _baskets(R, 2, 1, defect):
            return R.tolist(), 2, 1
    raise AssertionError


def break_basket_recommender__wrong_toy_baskets(defect):
    """Uses the notebook's three baskets for counts_made_flags: every count is 0 or 1 there, so flags are
    the counts."""
    if defect == "counts_made_flags":
        return [[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 1]], 0, 2
    return _basket_tables()[defect]


def break_basket_recommender__wrong_equal_lengths(defect):
    """For norms_forgotten the other rows have the same length, so the dot product weighs them as the cosine
    does."""
    if defect == "norms_forgotten":
        return [[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1]], 0, 2
    return _basket_tables()[defect]


def break_basket_recommender__wrong_one_other_user(defect):
    """For similarity_invented there is one other user: any weight above 0 gives her items in the same
    order."""
    if defect == "similarity_invented":
        return [[1, 1, 0, 0], [1, 0, 2, 1]], 0, 2
    return _basket_tables()[defect]


def break_basket_recommender__wrong_best_is_new(defect):
    """For seen_items_kept one item is asked for, and the best is one the user does not have."""
    if defect == "seen_items_kept":
        return [[1, 0, 0], [1, 0, 5]], 0, 1
    return _basket_tables()[defect]


def break_basket_recommender__wrong_unseen_first(defect):
    """For places_for_items the user has only the last item: places among the unseen are the numbers
    themselves."""
    if defect == "places_for_items":
        return [[0, 0, 1], [2, 1, 1]], 0, 2
    return _basket_tables()[defect]


def break_basket_recommender__wrong_everything_bought(defect):
    """The user has every item: all lists are empty, except that of seen_items_kept."""
    return [[1, 2, 1], [1, 0, 3], [0, 2, 2]], 0, 2


def break_basket_recommender__wrong_new_user(defect):
    """The user has bought nothing: the right list is empty, as are those of norms_forgotten,
    seen_items_kept, counts_made_flags and places_for_items."""
    if defect in ("norms_forgotten", "seen_items_kept", "counts_made_flags", "places_for_items"):
        return [[0, 0, 0], [1, 2, 3], [3, 1, 0]], 0, 2
    return _basket_tables()[defect]


def break_basket_recommender__wrong_counts_above_nine(defect):
    """For counts_made_flags a count is 50; the statement allows 0 to 9."""
    if defect == "counts_made_flags":
        return [[1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 0, 50]], 0, 1
    return _basket_tables()[defect]


def break_basket_recommender__wrong_items_agree(defect):
    """For flags_used_as_indices both other users have the same new item only: whatever the weights, it is
    the list."""
    if defect == "flags_used_as_indices":
        return [[1, 1, 0], [1, 0, 1], [0, 1, 1]], 0, 2
    return _basket_tables()[defect]


# ---------------------------------------------------------------- 4.2 item_similarity


def item_similarity__right_matrix(R, lam=0.0):
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    X = X / np.where(norm > 0, norm, 1)
    B = (np.asarray(R) != 0).astype(float)
    n = B.T @ B
    S = (X.T @ X) * n / np.where(n > 0, n + lam, 1)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__right_loops(R, lam=0.0):
    columns = [[float(x) for x in col] for col in np.asarray(R).T]
    S = np.zeros((len(columns), len(columns)))
    for i, j in itertools.combinations(range(len(columns)), 2):
        a, b = columns[i], columns[j]
        both = sum(1 for x, y in zip(a, b) if x and y)
        if both:
            cos = sum(x * y for x, y in zip(a, b)) / math.sqrt(
                sum(x * x for x in a) * sum(y * y for y in b)
            )
            S[i, j] = S[j, i] = cos * both / (both + lam)
    return S


def item_similarity__right_sklearn(R, lam=0.0):
    R = np.asarray(R)
    n = (R != 0).T.astype(int) @ (R != 0).astype(int)
    shrink = np.divide(n, n + lam, out=np.zeros(n.shape), where=n > 0)
    S = cosine_similarity(R.T.astype(float)) * shrink
    S[np.diag_indices_from(S)] = 0.0
    return S


def item_similarity__right_sparse(R, lam=0.0):
    X = normalize(sparse.csc_matrix(np.asarray(R, float)), axis=0)
    n = (X != 0).astype(float)
    n = (n.T @ n).toarray()
    with np.errstate(invalid="ignore"):
        S = np.nan_to_num((X.T @ X).toarray() * (n / (n + lam)))
    return S * (1 - np.eye(len(S)))


def item_similarity__wrong_users(R, lam=0.0):
    """Similarities of users (rows) instead of items (columns)."""
    return item_similarity__right_matrix(np.asarray(R).T, lam)


def item_similarity__wrong_diagonal_one(R, lam=0.0):
    """Leaves the diagonal: an item recommends itself."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    X = X / np.where(norm > 0, norm, 1)
    B = (np.asarray(R) != 0).astype(float)
    n = B.T @ B
    return (X.T @ X) * n / np.where(n > 0, n + lam, 1)


def item_similarity__wrong_boolean_counts(R, lam=0.0):
    """Multiplies tables of bool, so common users are counted as True, 1: too much shrinkage for
    lam above 0."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    X = X / np.where(norm > 0, norm, 1)
    B = np.asarray(R) != 0
    n = B.T @ B
    S = (X.T @ X) * n / np.where(n, n + lam, 1)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_nan_no_common(R, lam=0.0):
    """0 / 0 for two items without common users when lam is 0: NaN."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    X = X / np.where(norm > 0, norm, 1)
    B = (np.asarray(R) != 0).astype(float)
    n = B.T @ B
    with np.errstate(all="ignore"):
        S = (X.T @ X) * (n / (n + lam))
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_nan_empty_item(R, lam=0.0):
    """Divides by a norm of 0: NaN in the row and column of an item that nobody has."""
    X = np.asarray(R, float)
    B = (X != 0).astype(float)
    n = B.T @ B
    with np.errstate(all="ignore"):
        X = X / np.linalg.norm(X, axis=0)
        S = (X.T @ X) * n / np.where(n > 0, n + lam, 1)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_flags(R, lam=0.0):
    """The cosine of flags (bought or not) instead of strengths."""
    return item_similarity__right_matrix((np.asarray(R) != 0).astype(float), lam)


def item_similarity__wrong_shrunk_by_all_users(R, lam=0.0):
    """Shrinks by the number of users who have either item, not both."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    X = X / np.where(norm > 0, norm, 1)
    B = (np.asarray(R) != 0).astype(float)
    c = B.sum(axis=0)
    n = c[:, None] + c[None, :] - B.T @ B
    S = (X.T @ X) * n / np.where(n > 0, n + lam, 1)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_minimum(R, lam=0.0):
    """The rule of chapter 3, min(n, lam) / lam, instead of n / (n + lam): no shrinkage from lam
    common users on."""
    S = item_similarity__right_matrix(R, 0.0)
    B = (np.asarray(R) != 0).astype(float)
    return S * np.minimum(B.T @ B, lam) / lam if lam else S


def item_similarity__wrong_lam_in_denominator_of_cosine(R, lam=0.0):
    """Adds lam to the product of norms instead of shrinking by common users."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    both = np.outer(norm, norm) + lam
    S = np.divide(X.T @ X, both, out=np.zeros_like(both), where=both > 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_lam_ignored(R, lam=0.0):
    """Ignores lam."""
    return item_similarity__right_matrix(R, 0.0)


def item_similarity__wrong_centred(R, lam=0.0):
    """Pearson's correlation of the columns instead of the cosine: can be negative."""
    X = np.asarray(R, float)
    B = (X != 0).astype(float)
    n = B.T @ B
    S = _cos_rows((X - X.mean(axis=0)).T) * n / np.where(n > 0, n + lam, 1)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_triangle(R, lam=0.0):
    """Fills only the upper triangle: not symmetric."""
    return np.triu(item_similarity__right_matrix(R, lam))


def item_similarity__wrong_in_place(R, lam=0.0):
    """Scales the caller's columns in place when R is a float table."""
    R = np.asarray(R, float)
    B = (R != 0).astype(float)
    norm = np.linalg.norm(R, axis=0)
    norm[norm == 0] = 1
    R /= norm
    n = B.T @ B
    S = (R.T @ R) * n / np.where(n > 0, n + lam, 1)
    np.fill_diagonal(S, 0)
    return S


# ---------------------------------------------------------------- 4.3 itemcf_scores


def itemcf_scores__right_sorted_columns(R, u, P, k):
    r = np.asarray(R[u], float)
    P = np.asarray(P, float)
    have = np.flatnonzero(r)
    scores = np.zeros(len(r))
    if not len(have):
        return scores
    for i in range(len(r)):
        best = have[np.argsort(-P[have, i], kind="stable")[:k]]
        scores[i] = P[best, i] @ r[best]
    scores[have] = -np.inf
    return scores


def itemcf_scores__right_vectorised(R, u, P, k):
    r = np.asarray(R)[u].astype(float)
    have = np.flatnonzero(r > 0)
    if have.size == 0:
        return np.zeros(r.size)
    rows = np.asarray(P)[have]
    order = np.argsort(-rows, axis=0, kind="stable")[:k]
    out = (np.take_along_axis(rows, order, axis=0) * r[have][order]).sum(axis=0)
    out[have] = -np.inf
    return out


def itemcf_scores__right_heap(R, u, P, k):
    history = [(h, float(x)) for h, x in enumerate(R[u]) if x]
    mine = {h for h, _ in history}
    out = []
    for i in range(len(P)):
        if i in mine:
            out.append(-math.inf)
        else:
            said = heapq.nlargest(k, ((P[h][i], x) for h, x in history), key=lambda t: t[0])
            out.append(float(sum(s * x for s, x in said)))
    return np.array(out)


def _icf(R, u, P, k, rows=None):
    return itemcf_scores__right_vectorised(R, u, P, k)


def itemcf_scores__wrong_transposed(R, u, P, k):
    """Reads P[i, h] instead of P[h, i]: wrong when P is not symmetric."""
    return _icf(R, u, np.asarray(P).T, k)


def itemcf_scores__wrong_all_of_history(R, u, P, k):
    """Ignores k: every item of the history counts."""
    return _icf(R, u, P, np.asarray(R).shape[1])


def itemcf_scores__wrong_k_largest_products(R, u, P, k):
    """Keeps the k largest P x R instead of the k largest P: wrong when a weak item was bought often."""
    r = np.asarray(R)[u].astype(float)
    have = np.flatnonzero(r > 0)
    if not have.size:
        return np.zeros(r.size)
    said = np.asarray(P)[have] * r[have][:, None]
    out = -np.sort(-said, axis=0)[:k].sum(axis=0)
    out[have] = -np.inf
    return out


def itemcf_scores__wrong_k_of_all_items(R, u, P, k):
    """Takes the k items with the largest P among all items, and then those of the history among them: too
    few count."""
    r = np.asarray(R)[u].astype(float)
    P = np.asarray(P, float)
    have = r > 0
    if not have.any():
        return np.zeros(r.size)
    out = np.zeros(r.size)
    for i in range(r.size):
        best = np.argsort(-P[:, i], kind="stable")[:k]
        out[i] = P[best, i] @ r[best]
    out[have] = -np.inf
    return out


def itemcf_scores__wrong_k_most_bought(R, u, P, k):
    """Keeps the k items that the user bought most, for all candidates, instead of those that speak for the
    candidate most."""
    r = np.asarray(R)[u].astype(float)
    have = np.flatnonzero(r > 0)
    if not have.size:
        return np.zeros(r.size)
    best = have[np.argsort(-r[have], kind="stable")[:k]]
    out = r[best] @ np.asarray(P, float)[best]
    out[have] = -np.inf
    return out


def itemcf_scores__wrong_unweighted(R, u, P, k):
    """Does not weigh by how often an item was bought."""
    return _icf((np.asarray(R) > 0).astype(float), u, P, k)


def itemcf_scores__wrong_seen_not_masked(R, u, P, k):
    """Gives a finite score to items that the user has."""
    r = np.asarray(R)[u].astype(float)
    have = np.flatnonzero(r > 0)
    if not have.size:
        return np.zeros(r.size)
    rows = np.asarray(P)[have]
    order = np.argsort(-rows, axis=0, kind="stable")[:k]
    return (np.take_along_axis(rows, order, axis=0) * r[have][order]).sum(axis=0)


def itemcf_scores__wrong_seen_zero(R, u, P, k):
    """Gives 0 instead of minus infinity to items that the user has."""
    out = _icf(R, u, P, k)
    out[np.isinf(out)] = 0
    return out


def itemcf_scores__wrong_divided_by_weights(R, u, P, k):
    """Divides by the sum of the k similarities: a weighted mean of strengths, as for ratings, instead of
    a sum."""
    r = np.asarray(R)[u].astype(float)
    have = np.flatnonzero(r > 0)
    if not have.size:
        return np.zeros(r.size)
    rows = np.asarray(P)[have]
    order = np.argsort(-rows, axis=0, kind="stable")[:k]
    near = np.take_along_axis(rows, order, axis=0)
    total = near.sum(axis=0)
    out = np.divide(
        (near * r[have][order]).sum(axis=0), total, out=np.zeros(r.size), where=total > 0
    )
    out[have] = -np.inf
    return out


def itemcf_scores__wrong_integer_scores(R, u, P, k):
    """Zeros of the type of R: with whole-number counts the scores are cut to whole numbers."""
    r = np.asarray(R)[u]
    out = np.zeros_like(r)
    have = np.flatnonzero(r)
    for i in range(len(r)):
        best = have[np.argsort(-np.asarray(P)[have, i], kind="stable")[:k]]
        out[i] = np.asarray(P)[best, i] @ r[best]
    out = out.astype(float)
    if len(have):
        out[have] = -np.inf
    return out


def itemcf_scores__wrong_k_above_history(R, u, P, k):
    """np.partition with k - 1 raises an error when k exceeds the number of items in the history (the
    empty history included)."""
    r = np.asarray(R)[u].astype(float)
    have = np.flatnonzero(r > 0)
    rows = np.asarray(P, float)[have]
    cut = -np.partition(-rows, k - 1, axis=0)[k - 1]
    out = (np.where(rows >= cut, rows, 0) * r[have][:, None]).sum(axis=0)
    out[have] = -np.inf
    return out


def itemcf_scores__wrong_smallest(R, u, P, k):
    """Sorts ascending: the k items count that speak for the candidate least."""
    r = np.asarray(R)[u].astype(float)
    have = np.flatnonzero(r > 0)
    if not have.size:
        return np.zeros(r.size)
    rows = np.asarray(P)[have]
    order = np.argsort(rows, axis=0, kind="stable")[:k]
    out = (np.take_along_axis(rows, order, axis=0) * r[have][order]).sum(axis=0)
    out[have] = -np.inf
    return out


def itemcf_scores__wrong_row_cut(R, u, P, k):
    """For each item of the history keeps its k best candidates (along the rows), instead of the k best of
    the history for each candidate."""
    r = np.asarray(R)[u].astype(float)
    have = np.flatnonzero(r > 0)
    if not have.size:
        return np.zeros(r.size)
    rows = np.array(np.asarray(P)[have], float)
    far = np.argsort(-rows, axis=1, kind="stable")[:, k:]
    np.put_along_axis(rows, far, 0, axis=1)
    out = r[have] @ rows
    out[have] = -np.inf
    return out


def itemcf_scores__right_ties_higher_number(R, u, P, k):
    r = np.asarray(R)[u].astype(float)
    have = np.flatnonzero(r > 0)[::-1]
    if not have.size:
        return np.zeros(r.size)
    rows = np.asarray(P)[have]
    order = np.argsort(-rows, axis=0, kind="stable")[:k]
    out = (np.take_along_axis(rows, order, axis=0) * r[have][order]).sum(axis=0)
    out[have] = -np.inf
    return out


UNSURE["itemcf_scores__right_ties_higher_number"] = (
    "When two items of the history have the same P[h, i] at the k-th place but were bought differently "
    "often, the statement does not say which counts; the score depends on it."
)

# ---------------------------------------------------------------- 4.4 content_scores


def _idf(F):
    F = np.asarray(F, float)
    return np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1


def content_scores__right_numpy(F, R, u):
    X = np.asarray(F, float) * _idf(F)
    length = np.linalg.norm(X, axis=1)
    X = X / np.where(length > 0, length, 1)[:, None]
    profile = np.asarray(R, float)[u] @ X
    size = np.linalg.norm(profile)
    return X @ profile / size if size > 0 else np.zeros(len(X))


def content_scores__right_sklearn(F, R, u):
    X = normalize(np.asarray(F, float) * _idf(F))
    profile = np.asarray(R, float)[[u]] @ X
    return cosine_similarity(X, profile).ravel()


def content_scores__right_loops(F, R, u):
    F = [[float(x) for x in row] for row in F]
    m, width = len(F), len(F[0])
    idf = [math.log((1 + m) / (1 + sum(row[f] > 0 for row in F))) + 1 for f in range(width)]
    rows = []
    for row in F:
        w = [x * y for x, y in zip(row, idf)]
        length = math.hypot(*w)
        rows.append([x / length for x in w] if length else w)
    profile = [sum(float(R[u][i]) * rows[i][f] for i in range(m)) for f in range(width)]
    length = math.hypot(*profile)
    if not length:
        return np.zeros(m)
    return np.array([sum(a * b for a, b in zip(row, profile)) / length for row in rows])


def _content(F, R, u, idf=None, scale=True, strength=True, cosine=True, add_self=True):
    X = np.asarray(F, float) * (_idf(F) if idf is None else idf)
    unit = normalize(X)
    r = np.asarray(R, float)[u]
    if not strength:
        r = (r > 0).astype(float)
    profile = r @ (unit if scale else X)
    size = np.linalg.norm(profile)
    if size == 0:
        return np.zeros(len(X))
    return unit @ profile / (size if cosine else 1.0)


def content_scores__wrong_no_idf(F, R, u):
    """Does not weigh by idf: frequent features count as much as rare ones."""
    return _content(F, R, u, idf=1.0)


def content_scores__wrong_idf_without_smoothing(F, R, u):
    """idf = ln(m / m_f): a feature that all items have counts nothing, one that no item has is infinite
    (taken as 0 here)."""
    n = (np.asarray(F) > 0).sum(axis=0)
    return _content(F, R, u, idf=np.log(len(F) / np.maximum(n, 1)))


def content_scores__wrong_idf_without_plus_one(F, R, u):
    """Forgets the + 1 after the logarithm."""
    return _content(F, R, u, idf=_idf(F) - 1)


def content_scores__wrong_document_frequency_by_sum(F, R, u):
    """Takes the sum of counts for the number of items that have a feature: wrong for counts above 1."""
    F = np.asarray(F, float)
    return _content(F, R, u, idf=np.log((1 + len(F)) / (1 + F.sum(axis=0))) + 1)


def content_scores__wrong_m_is_features(F, R, u):
    """Uses the number of features for m instead of the number of items."""
    F = np.asarray(F, float)
    n = (F > 0).sum(axis=0)
    return _content(F, R, u, idf=np.log((1 + F.shape[1]) / (1 + n)) + 1)


def content_scores__wrong_items_not_scaled(F, R, u):
    """Adds up the items without scaling them to length 1: items with many features dominate the
    profile."""
    return _content(F, R, u, scale=False)


def content_scores__wrong_history_as_flags(F, R, u):
    """Weighs every item of the history alike, instead of by R[u]."""
    return _content(F, R, u, strength=False)


def content_scores__wrong_no_cosine(F, R, u):
    """The dot product with the profile, not divided by its length."""
    return _content(F, R, u, cosine=False)


def content_scores__wrong_nan_without_features(F, R, u):
    """Divides by the length of an item without features: NaN there, and in the profile if she has it."""
    X = np.asarray(F, float) * _idf(F)
    with np.errstate(all="ignore"):
        X = X / np.linalg.norm(X, axis=1, keepdims=True)
        profile = np.asarray(R, float)[u] @ X
        size = np.linalg.norm(profile)
        return X @ profile / size if size else np.zeros(len(X))


def content_scores__wrong_nan_without_history(F, R, u):
    """Divides by the length of an empty profile: NaN for a user without history."""
    X = normalize(np.asarray(F, float) * _idf(F))
    profile = np.asarray(R, float)[u] @ X
    with np.errstate(all="ignore"):
        return X @ profile / np.linalg.norm(profile)


def content_scores__wrong_seen_masked(F, R, u):
    """Minus infinity for items that the user has; their scores are asked for too."""
    out = _content(F, R, u)
    out[np.asarray(R)[u] > 0] = -np.inf
    return out


def content_scores__wrong_flags_of_features(F, R, u):
    """Takes features as present or not: wrong where an item has a feature more than once among
    others."""
    return _content((np.asarray(F) > 0).astype(float), R, u)


def content_scores__wrong_columns_scaled(F, R, u):
    """Scales the features (columns) instead of the items (rows) to length 1 before adding up."""
    X = normalize(np.asarray(F, float) * _idf(F), axis=0)
    profile = np.asarray(R, float)[u] @ X
    size, length = np.linalg.norm(profile), np.linalg.norm(X, axis=1)
    if size == 0:
        return np.zeros(len(X))
    return X @ profile / size / np.where(length > 0, length, 1)


# ---------------------------------------------------------------- 4.5 rank_with_ties


def rank_with_ties__right_lexsort(score, popularity, n):
    s, p = np.round(np.asarray(score, float), 10), np.asarray(popularity, float)
    return np.lexsort((np.arange(len(s)), -p, -s))[:n].tolist()


def rank_with_ties__right_sorted(score, popularity, n):
    items = range(len(score))
    return sorted(items, key=lambda i: (-round(float(score[i]), 10), -popularity[i], i))[:n]


def rank_with_ties__right_two_stable_sorts(score, popularity, n):
    first = np.argsort(-np.asarray(popularity, float), kind="stable")
    s = np.asarray(score, float).round(10)[first]
    return [int(i) for i in first[np.argsort(-s, kind="stable")]][:n]


def rank_with_ties__right_pandas(score, popularity, n):
    t = pd.DataFrame({"s": np.asarray(score, float), "p": np.asarray(popularity, float)})
    t["s"] = t["s"].round(10)
    return t.sort_values(["s", "p"], ascending=False, kind="stable").index.tolist()[:n]


def rank_with_ties__wrong_not_rounded(score, popularity, n):
    """Compares scores exactly: 0.1 + 0.2 stands before 0.3, whatever the popularity."""
    return sorted(range(len(score)), key=lambda i: (-score[i], -popularity[i], i))[:n]


def rank_with_ties__wrong_popularity_ascending(score, popularity, n):
    """The less popular of equal scores comes first."""
    return sorted(range(len(score)), key=lambda i: (-round(float(score[i]), 10), popularity[i], i))[
        :n
    ]


def rank_with_ties__wrong_popularity_ignored(score, popularity, n):
    """Equal scores by number: popularity plays no part."""
    return np.argsort(-np.round(np.asarray(score, float), 10), kind="stable")[:n].tolist()


def rank_with_ties__wrong_reversed(score, popularity, n):
    """Reverses an ascending order, so of items equal in both the higher number comes first."""
    s, p = np.round(np.asarray(score, float), 10), np.asarray(popularity, float)
    return np.lexsort((p, s))[::-1][:n].tolist()


def rank_with_ties__wrong_popularity_added(score, popularity, n):
    """Adds a little popularity to the score: with a large popularity or close scores it decides among
    unequal scores too."""
    s = np.round(np.asarray(score, float), 10) + 1e-6 * np.asarray(popularity, float)
    return np.argsort(-s, kind="stable")[:n].tolist()


def rank_with_ties__wrong_keys_swapped(score, popularity, n):
    """lexsort sorts by its last key first: here by popularity, and by score only among equals."""
    s, p = np.round(np.asarray(score, float), 10), np.asarray(popularity, float)
    return np.lexsort((-s, -p))[:n].tolist()


def rank_with_ties__wrong_rounded_to_three(score, popularity, n):
    """Rounds to three decimals: scores that differ in the fourth count as equal."""
    return sorted(range(len(score)), key=lambda i: (-round(float(score[i]), 3), -popularity[i], i))[
        :n
    ]


def rank_with_ties__wrong_popularity_rounded_to_int(score, popularity, n):
    """Cuts popularity to whole numbers: 0.9 and 0.2 count as equally popular."""
    return sorted(
        range(len(score)), key=lambda i: (-round(float(score[i]), 10), -int(popularity[i]), i)
    )[:n]


def rank_with_ties__wrong_cut_first(score, popularity, n):
    """Cuts to the n best scores before looking at popularity: a tie at the n-th place is decided by
    number."""
    s = np.round(np.asarray(score, float), 10)
    best = np.argsort(-s, kind="stable")[:n]
    return sorted(best.tolist(), key=lambda i: (-s[i], -popularity[i], i))


def rank_with_ties__wrong_minus_n(score, popularity, n):
    """Takes the last n of an ascending sort with [-n:]: for n = 0 that is everything."""
    items = sorted(range(len(score)), key=lambda i: (round(float(score[i]), 10), popularity[i], -i))
    return items[-n:][::-1]


def rank_with_ties__wrong_lists_negated(score, popularity, n):
    """Negates the inputs as if they were arrays: an error for lists, as in the example."""
    return np.lexsort((-popularity, -score.round(10)))[:n].tolist()


def rank_with_ties__wrong_absolute_score(score, popularity, n):
    """Sorts by the size of the score, sign ignored: a score of -5 comes before 2."""
    return sorted(
        range(len(score)), key=lambda i: (-abs(round(float(score[i]), 10)), -popularity[i], i)
    )[:n]


def rank_with_ties__wrong_truncated(score, popularity, n):
    """Cuts off after ten decimals instead of rounding: 0.3 - 0.1 and 0.2 are not equal."""

    def cut(x):
        return math.trunc(float(x) * 1e10)

    return sorted(range(len(score)), key=lambda i: (-cut(score[i]), -popularity[i], i))[:n]


UNSURE["rank_with_ties__wrong_truncated"] = (
    "'Scores whose first ten decimals agree are equal' reads as truncation (0.00000000006 agrees with "
    "0.00000000001, and 0.99999999999999 does not agree with 1); the hint says 'Round'. The two "
    "disagree near a boundary."
)

# ---------------------------------------------------------------- 4.6 hybrid_rank


def hybrid_rank__right_numpy(parts, w, seen, n):
    total = 0
    for name, s in parts.items():
        s = np.array(s, dtype=float)
        ok = np.isfinite(s)
        z = np.zeros(len(s))
        if ok.any() and np.ptp(s[ok]) > 0:
            z[ok] = (s[ok] - s[ok].mean()) / s[ok].std()
        total = total + w[name] * z
    order = np.argsort(-np.round(total, 10), kind="stable")
    return [int(i) for i in order if i not in set(seen)][:n]


def hybrid_rank__right_pandas(parts, w, seen, n):
    table = pd.DataFrame(parts).astype(float).replace([-np.inf, np.inf], np.nan)
    spread = table.std(ddof=0)
    spread[table.max() == table.min()] = np.nan
    z = ((table - table.mean()) / spread).fillna(0.0)
    total = (z * pd.Series(w)[table.columns]).sum(axis=1).round(10)
    total = total.drop(list(seen))
    return total.sort_values(ascending=False, kind="stable").index[:n].tolist()


def hybrid_rank__right_pure_python(parts, w, seen, n):
    size = len(next(iter(parts.values())))
    total = [0.0] * size
    for name, values in parts.items():
        known = [(i, float(v)) for i, v in enumerate(values) if math.isfinite(v)]
        if not known:
            continue
        low, high = min(v for _, v in known), max(v for _, v in known)
        if low == high:
            continue
        mean = math.fsum(v for _, v in known) / len(known)
        sd = math.sqrt(math.fsum((v - mean) ** 2 for _, v in known) / len(known))
        for i, v in known:
            total[i] += w[name] * (v - mean) / sd
    left = set(range(size)) - set(seen)
    return sorted(left, key=lambda i: (-round(total[i], 10), i))[:n]


def _blend(parts, w, seen, n, *, ddof=0, only_unseen=False, fill=0.0, before=None, scale="z"):
    seen = set(seen)
    total = None
    for name, s in parts.items():
        s = np.array(s, float)
        if before is not None:
            s[~np.isfinite(s)] = before
        ok = np.isfinite(s)
        if only_unseen:
            ok &= ~np.isin(np.arange(len(s)), list(seen))
        z = np.full(len(s), fill)
        if ok.sum() > ddof and np.ptp(s[ok]) > 0:
            x = s[ok]
            if scale == "z":
                z[ok] = (x - x.mean()) / x.std(ddof=ddof)
            elif scale == "range":
                z[ok] = (x - x.min()) / np.ptp(x)
            elif scale == "centre":
                z[ok] = x - x.mean()
            elif scale == "median":
                z[ok] = (x - np.median(x)) / x.std()
            else:
                z[ok] = x
        elif ok.any():
            z[ok] = 0
        total = w[name] * z if total is None else total + w[name] * z
    order = np.argsort(-np.round(total, 10), kind="stable")
    return [int(i) for i in order if int(i) not in seen][:n]


def hybrid_rank__wrong_sample_deviation(parts, w, seen, n):
    """ddof = 1: the scales differ when recommenders have scores for different numbers of items (with
    equal numbers the order is the same)."""
    return _blend(parts, w, seen, n, ddof=1)


def hybrid_rank__wrong_seen_left_out_of_z(parts, w, seen, n):
    """Mean and spread over unseen items only; seen items are to be included."""
    return _blend(parts, w, seen, n, only_unseen=True)


def hybrid_rank__wrong_missing_to_zero_first(parts, w, seen, n):
    """NaN and minus infinity become a score of 0 before the z-score: that is not the mean, and it moves
    mean and spread."""
    return _blend(parts, w, seen, n, before=0.0)


def hybrid_rank__wrong_missing_is_worst(parts, w, seen, n):
    """An item without a score gets a z-score of -10, so it comes last; 0, the mean, is asked for."""
    return _blend(parts, w, seen, n, fill=-10.0)


def hybrid_rank__wrong_range_scaling(parts, w, seen, n):
    """Scales to 0 to 1 instead of z-scores: an outlier squeezes all others, and "no score" is the
    minimum."""
    return _blend(parts, w, seen, n, scale="range")


def hybrid_rank__wrong_raw_sum(parts, w, seen, n):
    """Adds raw scores: the largest scale decides."""
    return _blend(parts, w, seen, n, scale="raw")


def hybrid_rank__wrong_centred_only(parts, w, seen, n):
    """Subtracts the mean and does not divide by the spread."""
    return _blend(parts, w, seen, n, scale="centre")


def hybrid_rank__wrong_weights_ignored(parts, w, seen, n):
    """Adds the z-scores without their weights."""
    return _blend(parts, dict.fromkeys(parts, 1.0), seen, n)


def hybrid_rank__wrong_weights_by_order(parts, w, seen, n):
    """Pairs parts and weights by their order instead of by name: wrong when the dicts are ordered
    differently."""
    return _blend(parts, dict(zip(parts, w.values())), seen, n)


def hybrid_rank__wrong_seen_kept(parts, w, seen, n):
    """Does not leave out seen items."""
    return _blend(parts, w, [], n)


def hybrid_rank__wrong_cut_before_seen(parts, w, seen, n):
    """Cuts to n before seen items are taken out: the list is too short when one was among the best."""
    return [i for i in _blend(parts, w, [], n) if i not in set(seen)]


def hybrid_rank__wrong_constant_divides(parts, w, seen, n):
    """Divides by the spread without a guard: a recommender that gives every item the same score (all 2.0, so
    that the spread is exactly 0) makes every sum NaN, and the order is that of the numbers."""
    total = 0
    with np.errstate(all="ignore"):
        for name, s in parts.items():
            s = np.array(s, float)
            ok = np.isfinite(s)
            z = np.zeros(len(s))
            z[ok] = (s[ok] - s[ok].mean()) / s[ok].std()
            total = total + w[name] * z
    order = np.argsort(-total, kind="stable")
    return [int(i) for i in order if i not in set(seen)][:n]


def hybrid_rank__wrong_zero_spread_by_equality(parts, w, seen, n):
    """Guards with std == 0: for a constant score such as 0.1 in three items the spread is 1e-17 by
    rounding, so these items get about 1 or -1; it shows when another item has no score there."""
    total = 0
    for name, s in parts.items():
        s = np.array(s, float)
        ok = np.isfinite(s)
        z = np.zeros(len(s))
        if ok.any() and s[ok].std() != 0:
            z[ok] = (s[ok] - s[ok].mean()) / s[ok].std()
        total = total + w[name] * z
    order = np.argsort(-np.round(total, 10), kind="stable")
    return [int(i) for i in order if i not in set(seen)][:n]


def hybrid_rank__wrong_infinity_kept(parts, w, seen, n):
    """Handles NaN only: one minus infinity makes mean and spread of its recommender NaN, which nan_to_num
    then turns into 0 for all its items."""
    total = 0
    with np.errstate(all="ignore"):
        for name, s in parts.items():
            s = np.array(s, float)
            z = (s - np.nanmean(s)) / (np.nanstd(s) or 1.0)
            total = total + w[name] * np.nan_to_num(z, posinf=0, neginf=0)
    order = np.argsort(-total, kind="stable")
    return [int(i) for i in order if i not in set(seen)][:n]


def hybrid_rank__wrong_ranks(parts, w, seen, n):
    """Blends ranks instead of z-scores: how far apart scores are is lost."""
    ranked = {}
    for name, s in parts.items():
        s = np.array(s, float)
        ok = np.isfinite(s)
        s[ok] = stats.rankdata(s[ok])
        ranked[name] = s
    return _blend(ranked, w, seen, n)


def hybrid_rank__wrong_unscored_dropped(parts, w, seen, n):
    """Leaves out items for which some recommender has no score: too few items."""
    total = np.zeros(len(next(iter(parts.values()))))
    bad = set(seen)
    for s in parts.values():
        bad |= set(np.flatnonzero(~np.isfinite(np.asarray(s, float))).tolist())
    return [i for i in _blend(parts, w, seen, len(total)) if i not in bad][:n]


# ---------------------------------------------------------------- 4.7 kill_hybrid


def _tables(rng, size):
    a, b, c = rng.normal(size=size), 300 + 100 * rng.normal(size=size), rng.exponential(size=size)
    a[rng.random(size) < 0.25] = np.nan
    b[rng.random(size) < 0.4] = -np.inf
    c[0] = 40.0
    same = np.full(size, 2.0)
    same[rng.random(size) < 0.3] = np.nan
    return {"a": a, "b": b, "c": c, "same": same}


def kill_hybrid__right_random(fn):
    rng = np.random.default_rng(0)
    for _ in range(60):
        parts = _tables(rng, 12)
        w = {"same": 3.0, "c": 0.4, "b": 2.0, "a": 1.0}
        seen = rng.choice(12, 4, replace=False).tolist()
        for n in (1, 5, 12):
            got = fn({k: v.copy() for k, v in parts.items()}, dict(w), list(seen), n)
            if [int(i) for i in got] != hybrid_rank__right_pure_python(parts, w, seen, n):
                return False
    return True


def kill_hybrid__right_hand_written(fn):
    nan, inf = float("nan"), float("inf")
    a = np.array([0.1, 0.2, 0.9, 0.5, nan, -0.4])
    b = np.array([300.0, 100.0, 200.0, -inf, 250.0, 90.0])
    c = np.array([5.0, nan, 1.0, 2.0, 2.5, 90.0])
    flat = np.array([2.0, 2.0, nan, 2.0, 2.0, 2.0])
    none = np.full(6, nan)
    cases = [
        ({"a": a, "b": b}, {"a": 1.0, "b": 0.6}, [], 6),
        ({"a": a, "b": b}, {"b": 1.7, "a": 0.5}, [0], 3),
        ({"a": a, "b": b, "c": c}, {"a": 0.3, "b": 0.9, "c": 1.4}, [2, 5], 2),
        ({"a": a, "b": b, "c": c}, {"c": -0.8, "b": 0.9, "a": 1.1}, [4], 9),
        ({"b": b, "f": flat, "c": c}, {"b": 1.0, "f": 5.0, "c": 0.7}, [1], 4),
        ({"b": b, "x": none}, {"b": 1.0, "x": 2.0}, [0, 2], 4),
        ({"f": flat}, {"f": 1.0}, [1], 3),
        ({"a": a[:4], "b": b[:4]}, {"a": 2.0, "b": 1.0}, [2], 2),
        ({"c": c, "d": np.array([1.0, 2, 4, 8, 16, nan])}, {"c": 1.0, "d": 0.2}, [5], 5),
        ({"c": c, "d": np.array([1.0, 2, 4, 8, 16, nan])}, {"c": 1.0, "d": 1.0}, [5], 5),
    ]
    rng = np.random.default_rng(3)
    for size in (5, 8):  # few items: ddof shows
        for _ in range(12):
            x, y = rng.normal(size=size), 10 * rng.normal(size=size)
            x[:3] = nan
            cases.append(({"x": x, "y": y}, {"x": 1.0, "y": 1.0}, [int(rng.integers(size))], 4))
    for parts, w, seen, n in cases:
        got = fn({k: v.copy() for k, v in parts.items()}, w, seen, n)
        if list(got) != hybrid_rank__right_pandas(parts, w, seen, n):
            return False
    return True


class _HybridTester:
    def __init__(self, reference):
        self.reference = reference

    def __call__(self, fn):
        rng = np.random.default_rng(11)
        try:
            for size in (4, 6, 9, 20):
                for _ in range(30):
                    parts = _tables(rng, size)
                    w = {k: float(rng.uniform(0.1, 3)) for k in ("c", "a", "same", "b")}
                    seen = [i for i in range(size) if rng.random() < 0.3]
                    n = int(rng.integers(1, size + 3))
                    args = {k: v.copy() for k, v in parts.items()}
                    assert list(map(int, fn(args, w, seen, n))) == self.reference(parts, w, seen, n)
        except Exception:
            return False
        return True


def kill_hybrid__right_class(fn):
    return _HybridTester(hybrid_rank__right_numpy)(fn)


def kill_hybrid__wrong_example_only(fn):
    """Checks only the example of hybrid_rank, which all wrong ones pass."""
    parts = {"a": np.array([0.1, 0.2, 0.9]), "b": np.array([300.0, 100.0, 200.0])}
    return fn(parts, {"a": 1.0, "b": 0.2}, [], 2) == [2, 0]


def kill_hybrid__wrong_clean_scores(fn):
    """Random scores without NaN, infinity, constants or seen items: mistakes about those pass."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        parts = {"a": rng.normal(size=8), "b": 100 * rng.normal(size=8)}
        w = {"a": 1.0, "b": 0.5}
        if list(fn(parts, w, [], 5)) != hybrid_rank__right_numpy(parts, w, [], 5):
            return False
    return True


def kill_hybrid__wrong_sets_only(fn):
    """Compares sets of the whole catalogue: the order, which is everything here, is not looked at."""
    rng = np.random.default_rng(2)
    for _ in range(20):
        parts = _tables(rng, 8)
        w = {"a": 1.0, "b": 0.5, "c": 1.0, "same": 1.0}
        if set(fn(parts, w, [1], 8)) != set(range(8)) - {1}:
            return False
    return True


def kill_hybrid__wrong_length_only(fn):
    """Checks only that the list has the right length and no seen item."""
    rng = np.random.default_rng(3)
    parts = _tables(rng, 9)
    out = fn(parts, {"a": 1.0, "b": 0.5, "c": 1.0, "same": 1.0}, [0, 4], 5)
    return len(out) == 5 and not {0, 4} & set(out)


def kill_hybrid__wrong_sample_deviation_expected(fn):
    """Its own reference uses ddof = 1, so right implementations are refused where it matters."""
    rng = np.random.default_rng(4)
    for _ in range(60):
        parts = _tables(rng, 6)
        w = {"a": 1.0, "b": 1.0, "c": 1.0, "same": 1.0}
        if list(fn(parts, w, [0], 5)) != hybrid_rank__wrong_sample_deviation(parts, w, [0], 5):
            return False
    return True


def kill_hybrid__wrong_unscored_items_excluded(fn):
    """Demands that items without a score are left out; right ones rank them with a z-score of 0."""
    parts = {"a": np.array([1.0, np.nan, 3.0]), "b": np.array([1.0, 2.0, 3.0])}
    return 1 not in fn(parts, {"a": 1.0, "b": 1.0}, [], 3)


def kill_hybrid__wrong_demands_exception(fn):
    """Demands an error for a recommender without any spread; the statement gives it z-scores of 0."""
    try:
        fn({"a": np.ones(4)}, {"a": 1.0}, [], 2)
    except Exception:
        return kill_hybrid__right_random(fn)
    return False


def kill_hybrid__wrong_none(fn):
    """Asserts and returns nothing: None for a right implementation."""
    assert kill_hybrid__right_random(fn)


def kill_hybrid__wrong_one_recommender(fn):
    """Blends one recommender only: scale, spread and weights cannot matter."""
    rng = np.random.default_rng(5)
    for _ in range(20):
        s = rng.normal(size=8)
        if list(fn({"a": s}, {"a": 1.0}, [2], 4)) != [i for i in np.argsort(-s) if i != 2][:4]:
            return False
    return True


def kill_hybrid__wrong_equal_weights(fn):
    """All weights 1, no seen items, and only the best item is looked at: several mistakes pass."""
    rng = np.random.default_rng(6)
    for _ in range(3):
        parts = {"a": rng.normal(size=8), "b": rng.normal(size=8)}
        w = {"a": 1.0, "b": 1.0}
        if list(fn(parts, w, [], 1)) != hybrid_rank__right_numpy(parts, w, [], 1):
            return False
    return True


# ---------------------------------------------------------------- 4.8 in_batch_softmax_logq


def in_batch_softmax_logq__right_logsumexp(U, V, logq, tau=1.0):
    s = np.asarray(U) @ np.asarray(V).T / tau - np.asarray(logq)
    return float((logsumexp(s, axis=1) - np.diag(s)).mean())


def in_batch_softmax_logq__right_stable_by_hand(U, V, logq, tau=1.0):
    s = (U @ V.T) / tau - logq[None, :]
    s = s - s.max(axis=1, keepdims=True)
    log_p = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
    return -np.trace(log_p) / len(s)


def in_batch_softmax_logq__right_loops(U, V, logq, tau=1.0):
    losses = []
    for i, u in enumerate(U):
        row = [float(np.dot(u, v)) / tau - float(q) for v, q in zip(V, logq)]
        top = max(row)
        losses.append(top + math.log(math.fsum(math.exp(x - top) for x in row)) - row[i])
    return math.fsum(losses) / len(losses)


def in_batch_softmax_logq__right_log_softmax(U, V, logq, tau=1.0):
    s = np.einsum("if,jf->ij", U, V) / tau - logq
    return float(-log_softmax(s, axis=1).diagonal().mean())


def _loss(s, axis=1):
    return float((logsumexp(s, axis=axis) - np.diag(s)).mean())


def in_batch_softmax_logq__wrong_sign(U, V, logq, tau=1.0):
    """Adds log q instead of subtracting it: popular items are pushed down twice."""
    return _loss(U @ V.T / tau + logq)


def in_batch_softmax_logq__wrong_rows_corrected(U, V, logq, tau=1.0):
    """Subtracts log q from the rows (users): a constant in each softmax, so nothing is corrected."""
    return _loss(U @ V.T / tau - np.asarray(logq)[:, None])


def in_batch_softmax_logq__wrong_tau_divides_all(U, V, logq, tau=1.0):
    """Divides the corrected score by tau: wrong for tau other than 1."""
    return _loss((U @ V.T - logq) / tau)


def in_batch_softmax_logq__wrong_softmax_over_users(U, V, logq, tau=1.0):
    """Softmax over the columns' users (axis 0) instead of over the items."""
    return _loss(U @ V.T / tau - logq, axis=0)


def in_batch_softmax_logq__wrong_overflow(U, V, logq, tau=1.0):
    """exp without subtracting the largest score: infinite over infinite for scores in the thousands."""
    with np.errstate(all="ignore"):
        e = np.exp(U @ V.T / tau - logq)
        return float(-np.log(np.diag(e) / e.sum(axis=1)).mean())


def in_batch_softmax_logq__wrong_log_of_tiny(U, V, logq, tau=1.0):
    """Stable softmax, then its logarithm: a probability that underflows to 0 gives an infinite loss, for
    differences of scores above about 745."""
    s = U @ V.T / tau - logq
    e = np.exp(s - s.max(axis=1, keepdims=True))
    with np.errstate(all="ignore"):
        return float(-np.log(np.diag(e) / e.sum(axis=1)).mean())


def in_batch_softmax_logq__wrong_global_maximum(U, V, logq, tau=1.0):
    """Subtracts the largest score of the whole batch: a row far below it underflows to log 0."""
    s = U @ V.T / tau - logq
    s = s - s.max()
    with np.errstate(all="ignore"):
        return float((np.log(np.exp(s).sum(axis=1)) - np.diag(s)).mean())


def in_batch_softmax_logq__wrong_sum(U, V, logq, tau=1.0):
    """Adds up over the batch instead of taking the mean."""
    return _loss(U @ V.T / tau - logq) * len(U)


def in_batch_softmax_logq__wrong_negatives_only(U, V, logq, tau=1.0):
    """Leaves the bought item out of the denominator."""
    s = U @ V.T / tau - logq
    off = np.where(np.eye(len(s), dtype=bool), -np.inf, s)
    with np.errstate(all="ignore"):
        return float((logsumexp(off, axis=1) - np.diag(s)).mean())


def in_batch_softmax_logq__wrong_positive_not_corrected(U, V, logq, tau=1.0):
    """Corrects the negatives only: the diagonal keeps its score without - log q."""
    s = U @ V.T / tau
    c = s - logq
    np.fill_diagonal(c, np.diag(s))
    return _loss(c)


def in_batch_softmax_logq__wrong_probability_subtracted(U, V, logq, tau=1.0):
    """Takes logq for q and its logarithm again (by exp and log mixed up): subtracts q, not log q."""
    return _loss(U @ V.T / tau - np.exp(logq))


def in_batch_softmax_logq__wrong_cosines(U, V, logq, tau=1.0):
    """Scales the vectors to length 1 first: cosines instead of dot products."""
    return _loss(normalize(np.asarray(U, float)) @ normalize(np.asarray(V, float)).T / tau - logq)


def in_batch_softmax_logq__wrong_tau_multiplies(U, V, logq, tau=1.0):
    """Multiplies by the temperature instead of dividing."""
    return _loss(U @ V.T * tau - logq)


# ---------------------------------------------------------------- 4.9 accept_model


def accept_model__right_counts(err_new, err_base):
    rng = np.random.default_rng(0)
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    s, m = d.shape
    seeds = rng.multinomial(s, np.full(s, 1 / s), 2000) / s
    units = rng.multinomial(m, np.full(m, 1 / m), 2000) / m
    means = ((seeds @ d) * units).sum(axis=1)
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__right_loop(err_new, err_base):
    rng = np.random.default_rng(42)
    d = np.asarray(err_new) - np.asarray(err_base)[None, :]
    means = []
    for _ in range(2000):
        rows = rng.integers(0, d.shape[0], d.shape[0])
        cols = rng.integers(0, d.shape[1], d.shape[1])
        means.append(d[np.ix_(rows, cols)].mean())
    low, high = np.quantile(means, [0.025, 0.975])
    return bool(high < 0)


def accept_model__right_seeds_first(err_new, err_base):
    """Draws rows, averages them, then draws columns of the average."""
    rng = np.random.default_rng(7)
    d = np.asarray(err_new, float) - err_base
    hits = []
    for _ in range(2000):
        one = d[rng.choice(len(d), len(d))].mean(axis=0)
        hits.append(one[rng.choice(one.size, one.size)].mean())
    return bool(np.percentile(hits, 97.5) < 0)


def _boot(d, seeds=True, units=True, q=97.5):
    rng = np.random.default_rng(0)
    s, m = d.shape
    a = rng.multinomial(s, np.full(s, 1 / s), 2000) / s if seeds else np.full((2000, s), 1 / s)
    b = rng.multinomial(m, np.full(m, 1 / m), 2000) / m if units else np.full((2000, m), 1 / m)
    return float(np.percentile(((a @ d) * b).sum(axis=1), q))


def _diff(new, base):
    return np.asarray(new, float) - np.asarray(base, float)


def accept_model__wrong_units_only(err_new, err_base):
    """Averages the seeds and draws units only: one lucky seed among few is accepted."""
    return _boot(_diff(err_new, err_base), seeds=False) < 0


def accept_model__wrong_seeds_only(err_new, err_base):
    """Draws seeds only: luck in the units (a few units that decide) is not seen."""
    return _boot(_diff(err_new, err_base), units=False) < 0


def accept_model__wrong_mean_only(err_new, err_base):
    """Looks at the mean difference and at no interval."""
    return bool(_diff(err_new, err_base).mean() < 0)


def accept_model__wrong_best_seed(err_new, err_base):
    """Judges the best seed: the others are forgotten."""
    d = _diff(err_new, err_base)
    return _boot(d[[d.mean(axis=1).argmin()]]) < 0


def accept_model__wrong_lower_end(err_new, err_base):
    """Asks whether the lower end of the interval is below 0: nearly everything is accepted."""
    return _boot(_diff(err_new, err_base), q=2.5) < 0


def accept_model__wrong_sign(err_new, err_base):
    """Takes base minus new and asks for an interval below 0: accepts what is worse."""
    return _boot(-_diff(err_new, err_base)) < 0


def accept_model__wrong_not_paired(err_new, err_base):
    """Draws units anew for model and baseline: the units' own spread hides a small, steady gain."""
    rng = np.random.default_rng(0)
    new, base = np.asarray(err_new, float), np.asarray(err_base, float)
    means = []
    for _ in range(2000):
        rows = rng.integers(0, len(new), len(new))
        a = rng.integers(0, base.size, base.size)
        b = rng.integers(0, base.size, base.size)
        means.append(new[np.ix_(rows, a)].mean() - base[b].mean())
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_cells_independent(err_new, err_base):
    """Draws single cells of the table of differences: far too narrow, as if seeds x units were
    independent."""
    rng = np.random.default_rng(0)
    d = _diff(err_new, err_base).ravel()
    means = d[rng.integers(0, d.size, (2000, d.size))].mean(axis=1)
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_each_seed_own_units(err_new, err_base):
    """Draws other units for each seed drawn: unit luck averages out over seeds, and the interval is too
    narrow."""
    rng = np.random.default_rng(0)
    d = _diff(err_new, err_base)
    means = []
    for _ in range(2000):
        rows = rng.integers(0, len(d), len(d))
        cols = rng.integers(0, d.shape[1], d.shape)
        means.append(np.take_along_axis(d[rows], cols, axis=1).mean())
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_two_intervals(err_new, err_base):
    """Accepts when the interval over units and the interval over seeds both lie below 0, instead of one
    interval over both: too easily satisfied near the border."""
    d = _diff(err_new, err_base)
    return _boot(d, seeds=False) < 0 and _boot(d, units=False) < 0


def accept_model__wrong_any_side(err_new, err_base):
    """Accepts any difference that is established, a worse model too."""
    d = _diff(err_new, err_base)
    return _boot(d) < 0 or _boot(d, q=2.5) > 0


def accept_model__wrong_majority_of_resamples(err_new, err_base):
    """Accepts when most resamples (more than half) are below 0."""
    return _boot(_diff(err_new, err_base), q=50) < 0


def accept_model__wrong_all_seeds_better(err_new, err_base):
    """Accepts when every seed's mean is better: says nothing of the luck in units."""
    return bool((_diff(err_new, err_base).mean(axis=1) < 0).all())


# ---------------------------------------------------------------- 4.10 retrieve_rank_rerank


def _in_turn(lists):
    seen = {}
    for row in itertools.zip_longest(*lists):
        for i in row:
            if i is not None:
                seen.setdefault(i)
    return list(seen)


def _capped(order, kind, per_kind, n):
    used, shown = Counter(), []
    for i in order:
        if len(shown) == n:
            break
        if used[int(kind[i])] < per_kind:
            used[int(kind[i])] += 1
            shown.append(int(i))
    return shown


def retrieve_rank_rerank__right_zip(sources, score, kind, budget_ms, rank_us, per_kind, n):
    kept = [(t, items) for t, items in sources if t <= budget_ms / 2]
    if not kept:
        return []
    left_us = (budget_ms - max(t for t, _ in kept)) * 1000
    room = int(left_us / rank_us + 1e-9)
    turn = itertools.chain.from_iterable(itertools.zip_longest(*[items for _, items in kept]))
    candidates = list(dict.fromkeys(i for i in turn if i is not None))[:room]
    order = sorted(candidates, key=lambda i: (-score[i], i))
    return _capped(order, kind, per_kind, n)


def retrieve_rank_rerank__right_loops(sources, score, kind, budget_ms, rank_us, per_kind, n):
    waited = [s for s in sources if not s[0] > budget_ms / 2]
    slowest = max((t for t, _ in waited), default=None)
    if slowest is None:
        return []
    room = math.floor((budget_ms - slowest) * 1000 / rank_us + 1e-9)
    candidates = []
    for place in range(max(len(items) for _, items in waited)):
        for _, items in waited:
            if place < len(items) and items[place] not in candidates:
                candidates.append(items[place])
    ranked = []
    for i in candidates[:room]:
        ranked.append((-float(score[i]), int(i)))
    ranked.sort()
    shown, count = [], {}
    for _, i in ranked:
        k = kind[i]
        if count.get(k, 0) >= per_kind:
            continue
        count[k] = count.get(k, 0) + 1
        shown.append(i)
    return shown[:n]


def retrieve_rank_rerank__right_pandas(sources, score, kind, budget_ms, rank_us, per_kind, n):
    rows = [
        (place, s, item)
        for s, (ms, items) in enumerate(sources)
        if 2 * ms <= budget_ms
        for place, item in enumerate(items)
    ]
    times = [ms for ms, _ in sources if 2 * ms <= budget_ms]
    if not times or not rows:
        return []
    room = int((budget_ms - max(times)) * 1000 / rank_us + 1e-9)
    t = pd.DataFrame(rows, columns=["place", "source", "item"]).sort_values(["place", "source"])
    t = t.drop_duplicates("item").head(room)
    t = t.assign(score=np.asarray(score)[t["item"]], kind=np.asarray(kind)[t["item"]])
    t = t.sort_values(["score", "item"], ascending=[False, True])
    t = t[t.groupby("kind").cumcount() < per_kind]
    return t["item"].head(n).tolist()


def _serve(
    sources,
    score,
    kind,
    budget_ms,
    rank_us,
    per_kind,
    n,
    *,
    wait=None,
    spent=max,
    unit=1000.0,
    merge=None,
    order=None,
    cap=None,
    room=None,
    base=None,
):
    wait = wait or (lambda t: t <= budget_ms / 2)
    kept = [(t, items) for t, items in sources if wait(t)]
    if not kept:
        return []
    used = spent([t for t, _ in (kept if base is None else base)])
    space = max(0, int((budget_ms - used) * unit / rank_us + 1e-9)) if room is None else room
    candidates = (merge or _in_turn)([items for _, items in kept])[:space]
    ranked = (order or (lambda c: sorted(c, key=lambda i: (-score[i], i))))(candidates)
    return (cap or _capped)(ranked, kind, per_kind, n)


def retrieve_rank_rerank__wrong_times_added(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Adds the times of the sources, although they run at the same time: too few candidates are
    ranked."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, spent=sum)


def retrieve_rank_rerank__wrong_strict_half(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Does not wait for a source that takes exactly half of the budget."""
    return _serve(
        sources, score, kind, budget_ms, rank_us, per_kind, n, wait=lambda t: t < budget_ms / 2
    )


def retrieve_rank_rerank__wrong_whole_budget(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Waits for sources up to the whole budget instead of half."""
    return _serve(
        sources, score, kind, budget_ms, rank_us, per_kind, n, wait=lambda t: t <= budget_ms
    )


def retrieve_rank_rerank__wrong_slowest_of_all(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Subtracts the time of the slowest source of all, waited for or not."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, base=sources)


def retrieve_rank_rerank__wrong_half_for_ranking(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Gives the ranker half of the budget always; it has what the slowest source has left."""
    return _serve(
        sources, score, kind, budget_ms, rank_us, per_kind, n, spent=lambda ts: budget_ms / 2
    )


def retrieve_rank_rerank__wrong_source_after_source(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Takes all of the first source, then all of the second, instead of in turn: shows when not all
    candidates can be ranked."""
    return _serve(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        merge=lambda lists: list(dict.fromkeys(itertools.chain.from_iterable(lists))),
    )


def retrieve_rank_rerank__wrong_zip_shortest(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """zip stops at the end of the shortest source: the rest of the longer ones is lost."""
    return _serve(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        merge=lambda lists: list(dict.fromkeys(itertools.chain.from_iterable(zip(*lists)))),
    )


def retrieve_rank_rerank__wrong_duplicates_ranked(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Cuts before duplicates are removed: an item that two sources return takes the ranker's time
    twice."""

    def merge(lists):
        return [i for row in itertools.zip_longest(*lists) for i in row if i is not None]

    return _serve(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        merge=merge,
        order=lambda c: sorted(set(c), key=lambda i: (-score[i], i)),
    )


def retrieve_rank_rerank__wrong_duplicates_shown(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Does not remove duplicates at all: an item may be shown twice (when per_kind allows) and takes time
    twice."""

    def merge(lists):
        return [i for row in itertools.zip_longest(*lists) for i in row if i is not None]

    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, merge=merge)


def retrieve_rank_rerank__wrong_item_zero_lost(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Drops the filler of zip_longest with `if i`: item 0 is dropped too."""
    return _serve(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        merge=lambda lists: list(
            dict.fromkeys(i for r in itertools.zip_longest(*lists) for i in r if i)
        ),
    )


def retrieve_rank_rerank__wrong_cut_before_kinds(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Cuts to n before the rule for kinds: too few items are shown."""
    return _serve(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        cap=lambda order, kinds, most, size: _capped(order[:size], kinds, most, size),
    )


def retrieve_rank_rerank__wrong_kinds_before_ranking(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Applies the rule for kinds to the candidates in the order of retrieval: keeps the first of a kind, not
    the best."""
    return _serve(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        order=lambda c: sorted(_capped(c, kind, per_kind, len(c)), key=lambda i: (-score[i], i)),
    )


def retrieve_rank_rerank__wrong_rank_time_in_ms(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Takes microseconds for milliseconds: a thousand times too few candidates."""
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, unit=1.0)


def retrieve_rank_rerank__wrong_no_source_in_time(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """max of nothing: an error when no source is in time."""
    kept = [(t, items) for t, items in sources if t <= budget_ms / 2]
    left = budget_ms - max(t for t, _ in kept)
    return _serve(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        room=int(left * 1000 / rank_us + 1e-9),
    )


def retrieve_rank_rerank__wrong_rounded_up(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Rounds the number of candidates up: the last one does not fit into the time."""
    kept = [t for t, _ in sources if t <= budget_ms / 2]
    room = math.ceil((budget_ms - max(kept)) * 1000 / rank_us - 1e-9) if kept else 0
    return _serve(sources, score, kind, budget_ms, rank_us, per_kind, n, room=room)


def retrieve_rank_rerank__wrong_ties_by_retrieval(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Of equal scores the one retrieved first comes first, not the lower number."""
    return _serve(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        order=lambda c: sorted(c, key=lambda i: -score[i]),
    )


# ---------------------------------------------------------------- 4.11 calibrated_list


def calibrated_list__right_greedy(score, kind, wanted, lam, n):
    score, kind, p = np.asarray(score, float), np.asarray(kind), np.asarray(wanted, float)
    chosen, left = [], list(range(len(score)))
    while left and len(chosen) < n:
        best, value = None, -math.inf
        for i in left:
            trial = [*chosen, i]
            q = np.bincount(kind[trial], minlength=len(p)) / len(trial)
            on = p > 0
            kl = (p[on] * np.log(p[on] / (0.99 * q[on] + 0.01 * p[on]))).sum()
            now = round((1 - lam) * score[trial].sum() - lam * kl, 10)
            if now > value:
                best, value = i, now
        chosen.append(best)
        left.remove(best)
    return chosen


def calibrated_list__right_vectorised(score, kind, wanted, lam, n):
    s, k, p = np.array(score, float), np.array(kind), np.array(wanted, float)
    count, total, out = np.zeros(len(p)), 0.0, []
    free = np.ones(len(s), bool)
    for step in range(min(n, len(s))):
        q = (count + np.eye(len(p))) / (step + 1)  # row: the kind that is added
        ratio = np.where(p > 0, p, 1) / np.where(p > 0, 0.99 * q + 0.01 * p, 1)
        miss = (p * np.log(ratio)).sum(axis=1)
        value = ((1 - lam) * (total + s) - lam * miss[k]).round(10)
        value[~free] = -np.inf
        i = int(value.argmax())
        free[i] = False
        count[k[i]] += 1
        total += s[i]
        out.append(i)
    return out


def calibrated_list__right_sorted_key(score, kind, wanted, lam, n):
    chosen = []

    def worth(i):
        items = [*chosen, i]
        share = Counter(int(kind[j]) for j in items)
        kl = 0.0
        for k, p in enumerate(wanted):
            if p > 0:
                kl += p * math.log(p / (0.99 * share[k] / len(items) + 0.01 * p))
        return (1 - lam) * sum(float(score[j]) for j in items) - lam * kl

    for _ in range(n):
        left = [i for i in range(len(score)) if i not in chosen]
        if not left:
            break
        chosen.append(min(left, key=lambda i: (-round(worth(i), 10), i)))
    return chosen


def _calibrate(
    score,
    kind,
    wanted,
    lam,
    n,
    *,
    smooth=0.01,
    q_of="with",
    kl="pq",
    sums="all",
    ties=10,
    zero=True,
    div="list",
):
    s, k, p = np.asarray(score, float), np.asarray(kind), np.asarray(wanted, float)
    chosen, left = [], list(range(len(s)))
    while left and len(chosen) < n:
        values = []
        for i in left:
            trial = [*chosen, i]
            base = trial if q_of == "with" else chosen
            q = np.bincount(k[base], minlength=len(p)).astype(float) if base else np.zeros(len(p))
            q = q / max(1, {"list": len(base), "n": n}[div])
            t = (1 - smooth) * q + smooth * p
            with np.errstate(all="ignore"):
                if kl == "pq":
                    on = p > 0 if zero else np.ones(len(p), bool)
                    d = (p[on] * np.log(p[on] / t[on])).sum()
                elif kl == "qp":
                    on = t > 0
                    d = (t[on] * np.log(t[on] / p[on])).sum()
                elif kl == "log2":
                    on = p > 0
                    d = (p[on] * np.log2(p[on] / t[on])).sum()
                else:
                    d = np.abs(p - q).sum()
            part = s[trial].sum() if sums == "all" else s[i] if sums == "new" else s[trial].mean()
            values.append((1 - lam) * part - lam * d if lam < 1 else -d)
        values = np.round(values, ties)
        pick = left[int(np.argmax(values))]
        chosen.append(pick)
        left.remove(pick)
    return chosen


def calibrated_list__wrong_shares_without_new_item(score, kind, wanted, lam, n):
    """Computes the shares of the list so far, without the new item: every candidate has the same
    divergence, so only scores decide."""
    return _calibrate(score, kind, wanted, lam, n, q_of="before")


def calibrated_list__wrong_divergence_reversed(score, kind, wanted, lam, n):
    """Takes the divergence the other way round, q ln(q / p): another choice near a balance, and infinite
    for a kind that is not wanted."""
    return _calibrate(score, kind, wanted, lam, n, kl="qp")


def calibrated_list__wrong_log2(score, kind, wanted, lam, n):
    """Logarithm to base 2: the mix weighs 1.44 times as much, which shows where score and mix are
    close."""
    return _calibrate(score, kind, wanted, lam, n, kl="log2")


def calibrated_list__wrong_absolute_difference(score, kind, wanted, lam, n):
    """The sum of absolute differences of the shares instead of the divergence."""
    return _calibrate(score, kind, wanted, lam, n, kl="abs")


def calibrated_list__wrong_no_smoothing(score, kind, wanted, lam, n):
    """No 0.99 and 0.01: the divergence is infinite while a wanted kind is missing, all candidates are
    equal then, and the lowest number is added."""
    return _calibrate(score, kind, wanted, lam, n, smooth=0.0)


def calibrated_list__wrong_smoothing_swapped(score, kind, wanted, lam, n):
    """0.01 q + 0.99 p: the list hardly matters, so scores decide."""
    return _calibrate(score, kind, wanted, lam, n, smooth=0.99)


def calibrated_list__wrong_lam_swapped(score, kind, wanted, lam, n):
    """lam weighs the scores and 1 - lam the mix: right only for lam = 0.5."""
    return _calibrate(score, kind, wanted, 1 - lam, n)


def calibrated_list__wrong_mean_score(score, kind, wanted, lam, n):
    """The mean score of the list instead of the sum: scores weigh less the longer the list."""
    return _calibrate(score, kind, wanted, lam, n, sums="mean")


def calibrated_list__wrong_shares_of_n(score, kind, wanted, lam, n):
    """Divides the counts by the final length n instead of the length so far."""
    return _calibrate(score, kind, wanted, lam, n, div="n")


def calibrated_list__wrong_unwanted_kind_nan(score, kind, wanted, lam, n):
    """Does not leave out kinds with a share of 0: 0 ln 0 is NaN, all candidates are equal, and the lowest
    number is added."""
    return _calibrate(score, kind, wanted, lam, n, zero=False)


def calibrated_list__wrong_best_n_reordered(score, kind, wanted, lam, n):
    """Takes the n best scores first and calibrates only their order: a kind that has none among them
    never appears."""
    best = np.argsort(-np.asarray(score, float), kind="stable")[:n]
    best = np.sort(best)
    inner = _calibrate(np.asarray(score)[best], np.asarray(kind)[best], wanted, lam, n)
    return [int(best[i]) for i in inner]


def calibrated_list__wrong_quotas(score, kind, wanted, lam, n):
    """Fills each kind's quota (rounded share x n) with its best scores and ignores lam."""
    order = sorted(range(len(score)), key=lambda i: (-score[i], i))
    quota = [round(float(p) * n) for p in wanted]
    out = []
    for i in order:
        if quota[kind[i]] > 0 and len(out) < n:
            quota[kind[i]] -= 1
            out.append(i)
    return out


def calibrated_list__wrong_ends_too_late(score, kind, wanted, lam, n):
    """Always takes n steps: an error when there are fewer items than n."""
    chosen, left = [], set(range(len(score)))
    for _ in range(n):
        one = _calibrate(score, kind, wanted, lam, len(chosen) + 1)[len(chosen)]
        chosen.append(one)
        left.remove(one)
    return chosen


def calibrated_list__wrong_higher_number_of_equals(score, kind, wanted, lam, n):
    """max with the index as second key: of equal items the higher number is added first."""
    s, k, p = np.asarray(score, float), np.asarray(kind), np.asarray(wanted, float)
    chosen = []
    for _ in range(min(n, len(s))):
        values = []
        for i in range(len(s)):
            if i in chosen:
                continue
            trial = [*chosen, i]
            q = np.bincount(k[trial], minlength=len(p)) / len(trial)
            on = p > 0
            d = (p[on] * np.log(p[on] / (0.99 * q[on] + 0.01 * p[on]))).sum()
            values.append((round((1 - lam) * s[trial].sum() - lam * d, 10), i))
        chosen.append(max(values)[1])
    return chosen


# ---------------------------------------------------------------- 4.12 recommend_discoveries


def _unseen_top(scores, X, n):
    scores = np.where(X > 0, -np.inf, scores)
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]


def _votes(X, households, k=50):
    norm = np.linalg.norm(X, axis=1)
    Y = X / np.where(norm > 0, norm, 1)[:, None]
    S = Y[households] @ Y.T
    S[np.arange(len(households)), households] = 0
    k = min(k, S.shape[1] - 1)
    S[S < -np.partition(-S, k - 1, axis=1)[:, [k - 1]]] = 0
    return sparse.csr_matrix(S) @ X


def _ease(flags, households, lam):
    P = np.linalg.inv(flags.T @ flags + lam * np.eye(flags.shape[1], dtype=flags.dtype))
    F = flags[households]
    return F - F @ P / np.diag(P)


def _z(scores, X):
    m = np.ma.masked_array(scores, X > 0)
    sd = m.std(axis=1).filled(1.0)
    return (scores - m.mean(axis=1).filled(0.0)[:, None]) / np.where(sd > 0, sd, 1)[:, None]


def recommend_discoveries__right_hybrid(purchases, households, n):
    households = np.asarray(households)
    counts = purchases.toarray()
    X = np.log1p(counts.astype(np.float32))
    flags = (counts > 0).astype(np.float32)
    mine = counts[households]
    lam = 1000.0 * len(flags) / 2400 + 1.0
    total = _z(_votes(X, households), mine) + _z(_ease(flags, households, lam), mine)
    rank = min(32, min(X.shape) - 1)
    if rank >= 1 and min(X.shape) > 40:
        left, size, right = svds(sparse.csr_matrix(X), k=rank, random_state=0)
        total = total + _z((left[households] * size) @ right, mine)
    return _unseen_top(total, mine, n)


def recommend_discoveries__right_ease_and_votes(purchases, households, n):
    households = np.asarray(households)
    counts = purchases.toarray().astype(float)
    mine = counts[households]
    ease = _ease((counts > 0).astype(float), households, 0.4 * len(counts) + 1)
    votes = _votes(np.log1p(counts), households, 80)
    return _unseen_top(1.5 * _z(ease, mine) + _z(votes, mine), mine, n)


def recommend_discoveries__wrong_most_popular(purchases, households, n):
    """The most popular new products: the baseline, no points."""
    X = purchases[households].toarray()
    popular = np.asarray((purchases > 0).sum(axis=0)).ravel()
    return _unseen_top(np.tile(popular, (len(X), 1)), X, n)


def recommend_discoveries__wrong_bought_not_masked(purchases, households, n):
    """Votes of neighbours without a mask: products that the household has bought are recommended, which is
    not allowed."""
    scores = _votes(np.log1p(purchases.toarray().astype(float)), np.asarray(households))
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]


def recommend_discoveries__wrong_item_cosine_unshrunk(purchases, households, n):
    """Item neighbours by cosines of flags without shrinkage, nearest one only: rare pairs dominate, and the
    lists are weaker than popularity or hardly better."""
    B = (purchases.toarray() > 0).astype(float)
    S = item_similarity__right_matrix(B)
    X = B[households]
    scores = np.stack([(S * row[:, None]).max(axis=0) for row in X])
    return _unseen_top(scores, X, n)


def recommend_discoveries__wrong_all_rows(purchases, households, n):
    """Returns a row for every household of the table, not for those asked for."""
    return recommend_discoveries__right_ease_and_votes(purchases, range(purchases.shape[0]), n)


def recommend_discoveries__wrong_random(purchases, households, n):
    """Random new products: valid and worth next to nothing."""
    X = purchases[households].toarray()
    return _unseen_top(np.random.default_rng(0).random(X.shape), X, n)


# What each is truly told.


def _columns_scaled(R):
    A = np.array(R, dtype=float)
    if A.size == 0:
        return A
    top = np.abs(A).max(axis=0)
    return A / np.where(top > 0, top, 1.0)


def _similarity(A, n, lam, norm=None):
    """Cosine of the columns of A, times n / (n + lam), both safe; diagonal 0."""
    if norm is None:
        norm = np.sqrt((A * A).sum(axis=0))
    both = np.outer(norm, norm)
    S = np.divide(A.T @ A, both, out=np.zeros_like(both), where=both > 0)
    S *= np.divide(n, n + lam, out=np.zeros_like(both), where=n > 0)
    np.fill_diagonal(S, 0.0)
    return S


def _common(R):
    has = (np.asarray(R) != 0).astype(float)
    return has.T @ has


def item_similarity__right_vectorised(R, lam=0.0):
    """Matrix products, np.divide with where."""
    A = _columns_scaled(R)
    return _similarity(A, _common(R), lam)


def item_similarity__right_loops_fsum(R, lam=0.0):
    """Plain loops over pairs of items, exact sums, hypot for norms."""
    n_items = R.shape[1]
    columns = [[float(v) for v in R[:, i]] for i in range(n_items)]
    length = [math.hypot(*c) for c in columns]
    S = np.zeros((n_items, n_items))
    for i in range(n_items):
        for j in range(i):
            n = sum(1 for a, b in zip(columns[i], columns[j]) if a and b)
            if n:
                cos = math.fsum(
                    (a / length[i]) * (b / length[j]) for a, b in zip(columns[i], columns[j])
                )
                S[i, j] = S[j, i] = cos * n / (n + lam)
    return S


def item_similarity__right_sklearn_once_more(R, lam=0.0):
    """sklearn's cosine_similarity on the transposed matrix, sparse counts."""
    if R.shape[0] == 0:
        return np.zeros((R.shape[1], R.shape[1]))
    S = cosine_similarity(_columns_scaled(R).T)
    B = sparse.csr_matrix((R != 0).astype(float))
    n = (B.T @ B).toarray()
    with np.errstate(invalid="ignore", divide="ignore"):
        S = np.where(n > 0, S * (n / (n + lam)), 0.0)
    S = (S + S.T) / 2
    S[np.diag_indices_from(S)] = 0
    return S


def item_similarity__right_inverted_index(R, lam=0.0):
    """Eccentric: user by user, dictionaries of pairs, only items that somebody has."""
    A = _columns_scaled(R)
    dot, n, square = defaultdict(float), Counter(), defaultdict(float)
    for row in A:
        mine = [(int(i), float(row[i])) for i in np.flatnonzero(row)]
        for i, a in mine:
            square[i] += a * a
        for (i, a), (j, b) in itertools.combinations(mine, 2):
            dot[i, j] += a * b
            n[i, j] += 1
    S = np.zeros((R.shape[1], R.shape[1]))
    for (i, j), value in dot.items():
        value /= math.sqrt(square[i]) * math.sqrt(square[j])
        S[i, j] = S[j, i] = value / (1 + lam / n[i, j])
    return S


def item_similarity__right_unit_columns_pandas(R, lam=0.0):
    """Columns scaled to length 1 first; the shrinkage by pandas, fillna at the end."""
    A = pd.DataFrame(_columns_scaled(R))
    unit = A / np.sqrt((A**2).sum())
    cos = unit.fillna(0.0).T @ unit.fillna(0.0)
    n = pd.DataFrame(_common(R))
    S = (cos * n / (n + lam)).fillna(0.0).to_numpy(copy=True)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_counts_purchases(R, lam=0.0):
    """n_ij is the dot product of strengths, not a count of users: R = [[2, 2]], lam = 1."""
    A = np.array(R, dtype=float)
    return _similarity(A, A.T @ A, lam)


def item_similarity__wrong_norm_over_common_users(R, lam=0.0):
    """The norm is taken over the users who have both: R = [[1, 1], [1, 0]] gives 1, not 0.71."""
    A = np.array(R, dtype=float)
    has = (A != 0).astype(float)
    square = (A**2).T @ has  # of i, over the users who have j
    both = np.sqrt(square * square.T)
    n = has.T @ has
    S = np.divide(A.T @ A, both, out=np.zeros_like(both), where=both > 0)
    S *= np.divide(n, n + lam, out=np.zeros_like(both), where=n > 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_cosine_of_flags(R, lam=0.0):
    """The cosine is that of 0/1, strengths are lost: R = [[3, 1], [1, 3]] gives 1, not 0.6."""
    A = (np.asarray(R) != 0).astype(float)
    return _similarity(A, A.T @ A, lam)


def item_similarity__wrong_epsilon_in_denominator(R, lam=0.0):
    """1e-9 is added to the product of norms: R = [[1e-6, 1e-6]] gives 0.001, not 1."""
    A = np.array(R, dtype=float)
    norm = np.linalg.norm(A, axis=0)
    n = _common(R)
    S = A.T @ A / (np.outer(norm, norm) + 1e-9) * n / np.maximum(n + lam, 1e-12)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_scales_argument_in_place(R, lam=0.0):
    """R is changed when it holds floats: R = [[2.0, 2.0]] becomes [[1.0, 1.0]]."""
    n = _common(R)
    R = np.asarray(R, dtype=float)
    norm = np.linalg.norm(R, axis=0)
    R /= np.where(norm > 0, norm, 1)
    S = R.T @ R * np.divide(n, n + lam, out=np.zeros_like(n), where=n > 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_product_in_own_dtype(R, lam=0.0):
    """R.T @ R overflows in small integers: R = np.array([[100, 100]], dtype=np.int8)."""
    norm = np.linalg.norm(R.astype(float), axis=0)
    both = np.outer(norm, norm)
    n = _common(R)
    S = np.divide((R.T @ R).astype(float), both, out=np.zeros_like(both), where=both > 0)
    S *= np.divide(n, n + lam, out=np.zeros_like(both), where=n > 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_counts_overflow(R, lam=0.0):
    """Common users are counted in int8: R = np.ones((200, 2)), lam = 1 has n = -56."""
    has = (np.asarray(R) != 0).astype(np.int8)
    return _similarity(np.array(R, dtype=float), (has.T @ has).astype(float), lam)


def item_similarity__wrong_users_of_either(R, lam=0.0):
    """n_ij counts users who have one of the two: R = [[1, 1], [1, 0]], lam = 1."""
    has = (np.asarray(R) != 0).astype(float)
    own = has.sum(axis=0)
    return _similarity(np.array(R, dtype=float), own[:, None] + own - has.T @ has, lam)


def item_similarity__wrong_rarer_item_counts(R, lam=0.0):
    """n_ij is the smaller of both counts of users: R = [[1,1],[1,0],[0,1]], lam = 1."""
    own = (np.asarray(R) != 0).sum(axis=0).astype(float)
    return _similarity(np.array(R, dtype=float), np.minimum.outer(own, own), lam)


def item_similarity__wrong_lam_made_whole(R, lam=0.0):
    """lam is cut to a whole number: R = [[1, 1]], lam = 0.5 gives 1, not 0.67."""
    return _similarity(_columns_scaled(R), _common(R), int(lam))


def item_similarity__wrong_has_from_one(R, lam=0.0):
    """A strength below 1 counts as "does not have": R = [[0.5, 0.5]] gives 0, not 1."""
    has = (np.asarray(R) >= 1).astype(float)
    return _similarity(np.array(R, dtype=float), has.T @ has, lam)


def item_similarity__wrong_norm_at_least_one(R, lam=0.0):
    """np.maximum(norm, 1) against 0 also changes norms below 1: R = [[0.5, 0.5]]."""
    A = np.array(R, dtype=float)
    return _similarity(A, _common(R), lam, np.maximum(np.linalg.norm(A, axis=0), 1))


def item_similarity__wrong_one_norm_only(R, lam=0.0):
    """Divided by the square of one norm: not symmetric for R = [[1, 2]]."""
    A = np.array(R, dtype=float)
    square = (A**2).sum(axis=0)
    n = _common(R)
    S = A.T @ A / np.where(square > 0, square, 1)
    S *= np.divide(n, n + lam, out=np.zeros_like(n), where=n > 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_heavy_users_damped(R, lam=0.0):
    """Each user is scaled to length 1 first: R = [[1, 1, 0], [1, 1, 5], [1, 0, 0]]."""
    A = np.array(R, dtype=float)
    length = np.linalg.norm(A, axis=1, keepdims=True)
    return _similarity(A / np.where(length > 0, length, 1), _common(R), lam)


def itemcf_scores__right_argsort(R, u, P, k):
    """Rows of the history, the k largest of each column by argsort."""
    mine = np.flatnonzero(R[u])
    rows = np.asarray(P, dtype=float)[mine]
    best = np.argsort(-rows, axis=0, kind="stable")[:k]
    weight = np.asarray(R[u], dtype=float)[mine]
    scores = (np.take_along_axis(rows, best, axis=0) * weight[best]).sum(axis=0)
    scores[mine] = -np.inf
    return scores


def itemcf_scores__right_heapq_loops(R, u, P, k):
    """Loops, heapq.nlargest and fsum."""
    mine = [h for h in range(R.shape[1]) if R[u, h] != 0]
    scores = []
    for i in range(R.shape[1]):
        if i in mine:
            scores.append(-math.inf)
        else:
            best = heapq.nlargest(k, mine, key=lambda h: P[h, i])
            scores.append(math.fsum(float(P[h, i]) * float(R[u, h]) for h in best))
    return np.array(scores, dtype=float)


def itemcf_scores__right_argpartition(R, u, P, k):
    """argpartition when there are more than k, else a product."""
    has = R[u] != 0
    rows, weight = P[has].astype(float), R[u][has].astype(float)
    if len(rows) > k:
        which = np.argpartition(rows, len(rows) - k, axis=0)[-k:]
        keep = np.zeros_like(rows)
        np.put_along_axis(keep, which, 1.0, axis=0)
        rows = rows * keep
    return np.where(has, -np.inf, weight @ rows)


def itemcf_scores__right_pandas_rank(R, u, P, k):
    """pandas: rank by column, method first."""
    history = pd.Series(np.asarray(R[u], dtype=float))
    history = history[history != 0]
    rows = pd.DataFrame(np.asarray(P, dtype=float)).loc[history.index]
    kept = rows.where(rows.rank(axis=0, method="first", ascending=False) <= k, 0.0)
    scores = kept.mul(history, axis=0).sum(axis=0).to_numpy(dtype=float, copy=True)
    scores[history.index.to_numpy(dtype=int)] = -np.inf
    return scores


def itemcf_scores__right_one_removal_at_a_time(R, u, P, k):
    """Eccentric: takes the maximum k times and crosses it out (in a copy)."""
    weight = np.array(R[u], dtype=float)
    left = np.array(P, dtype=float)
    left[weight == 0] = -1.0  # P is 0 or more, so -1 is never the largest of a history
    scores = np.zeros(len(weight))
    columns = np.arange(len(weight))
    for _ in range(min(k, int((weight != 0).sum()))):
        top = left.argmax(axis=0)
        scores += left[top, columns] * weight[top]
        left[top, columns] = -1.0
    scores[weight != 0] = -np.inf
    return scores


def _cf(R, u, P, k, has=None, weight=None):
    """A right one with holes for slips."""
    has = R[u] != 0 if has is None else has
    weight = (R[u] if weight is None else weight).astype(float)
    rows = np.asarray(P, dtype=float)[has]
    best = np.argsort(-rows, axis=0, kind="stable")[:k]
    scores = (np.take_along_axis(rows, best, axis=0) * weight[has][best]).sum(axis=0)
    scores[has] = -np.inf
    return scores


def itemcf_scores__wrong_partition_out_of_bounds(R, u, P, k):
    """np.argpartition raises when k exceeds the history: R = [[1, 0]], k = 2."""
    mine = np.flatnonzero(R[u])
    if not len(mine):
        return np.zeros(R.shape[1])
    rows = P[mine].astype(float)
    best = np.argpartition(rows, -k, axis=0)[-k:]
    scores = (np.take_along_axis(rows, best, axis=0) * R[u][mine].astype(float)[best]).sum(axis=0)
    scores[mine] = -np.inf
    return scores


def itemcf_scores__wrong_has_from_one(R, u, P, k):
    """A strength below 1 is no history: R = [[0.5, 0]] gives no -inf at item 0."""
    return _cf(R, u, P, k, has=R[u] >= 1)


def itemcf_scores__wrong_cold_user_minus_inf(R, u, P, k):
    """A user without history has -inf everywhere, not zeros: R = [[0, 0]]."""
    if not R[u].any():
        return np.full(R.shape[1], -np.inf)
    return _cf(R, u, P, k)


def itemcf_scores__wrong_weights_not_reordered(R, u, P, k):
    """P is sorted, R[u] is not, so they part: R = [[3, 1, 0]], P[:, 2] = [0.9, 0.5, 0]."""
    mine = np.flatnonzero(R[u])
    rows = np.sort(P[mine].astype(float), axis=0)[-k:]
    scores = R[u][mine][-k:].astype(float) @ rows
    scores = np.asarray(scores, dtype=float)
    scores[mine] = -np.inf
    return scores


def itemcf_scores__wrong_same_k_for_all(R, u, P, k):
    """The k items are chosen once, by their sums: R = [[1, 1, 0, 0]], P[:2, 2:] = [[0, 1], [0.5, 0]], k = 1."""
    mine = np.flatnonzero(R[u])
    best = mine[np.argsort(-P[mine].sum(axis=1), kind="stable")[:k]]
    scores = R[u][best].astype(float) @ P[best].astype(float)
    scores[mine] = -np.inf
    return scores


def itemcf_scores__wrong_k_of_all_items_once_more(R, u, P, k):
    """The k largest of all items, then the history: R = [[1, 0, 0]], P[:, 2] = [0.5, 0.9, 0], k = 1."""
    P = np.asarray(P, dtype=float)
    best = np.argsort(-P, axis=0, kind="stable")[:k]
    weight = R[u].astype(float)
    scores = (np.take_along_axis(P, best, axis=0) * weight[best]).sum(axis=0)
    scores[R[u] != 0] = -np.inf
    return scores


def itemcf_scores__wrong_ties_all_count(R, u, P, k):
    """All that reach the k-th value count: R = [[1, 1, 0]], P[:, 2] = [0.5, 0.5, 0], k = 1."""
    mine = np.flatnonzero(R[u])
    if not len(mine):
        return np.zeros(R.shape[1])
    rows = P[mine].astype(float)
    kth = np.sort(rows, axis=0)[::-1][min(k, len(mine)) - 1]
    scores = R[u][mine].astype(float) @ np.where(rows >= kth, rows, 0)
    scores[mine] = -np.inf
    return scores


def itemcf_scores__wrong_seen_by_anybody(R, u, P, k):
    """-inf for items that any user has: R = [[1, 0], [0, 1]], u = 0."""
    scores = _cf(R, u, P, k)
    scores[(R != 0).any(axis=0)] = -np.inf
    return scores


def itemcf_scores__wrong_strength_of_all_users(R, u, P, k):
    """The weight is the sum over users: R = [[1, 0], [5, 0]], u = 0, P[0, 1] = 0.5."""
    return _cf(R, u, P, k, weight=R.sum(axis=0))


def itemcf_scores__wrong_whole_strengths(R, u, P, k):
    """Strengths are cut to whole numbers: R = [[1.5, 0]], P[0, 1] = 1 gives 1, not 1.5."""
    return _cf(R, u, P, k, weight=R[u].astype(int))


def itemcf_scores__wrong_keyed_by_value(R, u, P, k):
    """A dict from P to R loses equal P: R = [[1, 2, 0]], P[:, 2] = [0.5, 0.5, 0], k = 2."""
    mine = [h for h in range(R.shape[1]) if R[u, h] != 0]
    scores = np.zeros(R.shape[1])
    for i in range(R.shape[1]):
        strength = {float(P[h, i]): float(R[u, h]) for h in mine}
        scores[i] = sum(p * strength[p] for p in sorted(strength, reverse=True)[:k])
    scores[mine] = -np.inf
    return scores


def itemcf_scores__wrong_rounded_key(R, u, P, k):
    """Chosen by P rounded to two decimals: R = [[1, 1, 0]], P[:, 2] = [0.501, 0.504, 0], k = 1."""
    mine = [h for h in range(R.shape[1]) if R[u, h] != 0]
    scores = np.zeros(R.shape[1])
    for i in range(R.shape[1]):
        best = sorted(mine, key=lambda h: -round(float(P[h, i]), 2))[:k]
        scores[i] = sum(float(P[h, i]) * float(R[u, h]) for h in best)
    scores[mine] = -np.inf
    return scores


def itemcf_scores__wrong_nothing_speaks_is_minus_inf(R, u, P, k):
    """A candidate with a sum of 0 has -inf: R = [[1, 0]], P = zeros."""
    scores = _cf(R, u, P, k)
    return np.where((scores == 0) & (R[u] != 0).any(), -np.inf, scores)


def _more_idf(F):
    m = F.shape[0]
    return np.log((1 + m) / (1 + (np.asarray(F) > 0).sum(axis=0))) + 1


def _rows_scaled(X):
    """Rows divided by their largest entry (0 rows stay), so that no square overflows."""
    X = np.array(X, dtype=float)
    if X.shape[1] == 0:
        return X
    top = np.abs(X).max(axis=1, keepdims=True)
    return X / np.where(top > 0, top, 1)


def _unit_rows(X):
    X = _rows_scaled(X)
    length = np.sqrt((X**2).sum(axis=1, keepdims=True))
    return X / np.where(length > 0, length, 1)


def content_scores__right_vectorised(F, R, u):
    """Unit rows, profile, unit profile."""
    X = _unit_rows(_rows_scaled(F) * _more_idf(F))
    profile = _unit_rows((_rows_scaled(R[[u]]) @ X))[0]
    return X @ profile


def content_scores__right_loops_fsum(F, R, u):
    """Plain loops with math.fsum and hypot."""
    m, n_features = F.shape
    idf = []
    for f in range(n_features):
        m_f = sum(1 for i in range(m) if F[i, f] > 0)
        idf.append(math.log((1 + m) / (1 + m_f)) + 1)
    items = []
    for i in range(m):
        row = [float(F[i, f]) * idf[f] for f in range(n_features)]
        length = math.hypot(*row)
        items.append([x / length for x in row] if length > 0 else row)
    top = max((float(r) for r in R[u]), default=0.0) or 1.0
    profile = [
        math.fsum(float(R[u, i]) / top * items[i][f] for i in range(m)) for f in range(n_features)
    ]
    length = math.hypot(*profile)
    if length == 0:
        return np.zeros(m)
    return np.array([math.fsum(a * b for a, b in zip(row, profile)) / length for row in items])


def content_scores__right_sklearn_tfidf(F, R, u):
    """sklearn's TfidfTransformer has the same idf and the same scaling."""
    if F.shape[1] == 0 or F.shape[0] == 0:
        return np.zeros(F.shape[0])
    X = TfidfTransformer(norm="l2", smooth_idf=True).fit_transform(
        sparse.csr_matrix(_rows_scaled(F))
    )
    profile = X.T @ _rows_scaled(R[[u]])[0]
    length = np.linalg.norm(profile)
    return X @ profile / length if length > 0 else np.zeros(F.shape[0])


def content_scores__right_gram_matrix(F, R, u):
    """Eccentric: never forms the profile; G w / sqrt(w G w) with the items' Gram matrix."""
    X = _unit_rows(_rows_scaled(F) * _more_idf(F))
    G = X @ X.T
    w = _rows_scaled(R[[u]])[0]
    square = w @ G @ w
    return G @ w / math.sqrt(square) if square > 0 else np.zeros(len(G))


def content_scores__right_pandas(F, R, u):
    """pandas with fillna for lengths of 0; only the rows of the history are added."""
    table = pd.DataFrame(_rows_scaled(F))
    m = len(table)
    idf = np.log((1 + m) / (1 + (table > 0).sum())) + 1
    table = table * idf
    table = table.div(np.sqrt((table**2).sum(axis=1)), axis=0).fillna(0.0)
    weight = pd.Series(_rows_scaled(R[[u]])[0])
    weight = weight[weight != 0]
    profile = table.loc[weight.index].mul(weight, axis=0).sum()
    profile = (profile / np.sqrt((profile**2).sum())).fillna(0.0)
    return table.dot(profile).to_numpy(dtype=float)


def _more_content(F, w, idf, profile_items=None):
    """The usual answer with holes for slips."""
    X = _unit_rows(np.asarray(F, dtype=float) * idf)
    source = X if profile_items is None else profile_items
    profile = np.asarray(w, dtype=float) @ source
    return X @ _unit_rows(profile[None])[0]


def content_scores__wrong_mf_sums_counts(F, R, u):
    """m_f adds up the entries instead of counting items: F = [[3, 1], [0, 1], [1, 0]], R = [[1, 0, 0]]."""
    return _more_content(F, R[u], np.log((1 + len(F)) / (1 + F.sum(axis=0))) + 1)


def content_scores__wrong_idf_not_smoothed(F, R, u):
    """idf = ln(m / m_f) + 1: F = [[1, 1], [1, 0], [1, 0]], R = [[1, 0, 0]]."""
    m_f = (F > 0).sum(axis=0)
    return _more_content(F, R[u], np.log(len(F) / np.maximum(m_f, 1)) + 1)


def content_scores__wrong_log2(F, R, u):
    """Log base 2: F = [[1, 1], [1, 0], [1, 0]], R = [[1, 0, 0]]."""
    return _more_content(F, R[u], np.log2((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1)


def content_scores__wrong_no_plus_one(F, R, u):
    """The "+ 1" is forgotten, so a feature of all items has no weight: F = [[1], [1]] gives 0."""
    return _more_content(F, R[u], np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))))


def content_scores__wrong_long_items_count_more(F, R, u):
    """The profile adds items before they are scaled: F = [[9, 0], [0, 1]], R = [[1, 1]]."""
    idf = _more_idf(F)
    return _more_content(F, R[u], idf, np.asarray(F, dtype=float) * idf)


def content_scores__wrong_history_as_flags_once_more(F, R, u):
    """R[u] is taken for 0/1: F = eye(2), R = [[3, 1]] gives 0.71, 0.71."""
    return _more_content(F, R[u] != 0, _more_idf(F))


def content_scores__wrong_scaled_before_idf(F, R, u):
    """Rows get length 1 first and then idf: F = [[1, 1], [1, 0]], R = [[1, 1]]."""
    X = _unit_rows(F) * _more_idf(F)
    profile = _unit_rows((R[u].astype(float) @ X)[None])[0]
    length = np.linalg.norm(X, axis=1)
    return X @ profile / np.where(length > 0, length, 1)


def content_scores__wrong_features_as_flags(F, R, u):
    """Counts of features become 0/1: F = [[3, 1], [1, 3]], R = [[1, 0]] gives 1, 1."""
    return _more_content(F > 0, R[u], _more_idf(F))


def content_scores__wrong_idf_of_the_history(F, R, u):
    """idf is computed over the items of the user: F = [[1, 1], [0, 1], [0, 1]], R = [[1, 0, 0]]."""
    return _more_content(F, R[u], _more_idf(F[R[u] != 0]))


def content_scores__wrong_epsilon(F, R, u):
    """Lengths are at least 1e-6: F = eye(2), R = [[1e-7, 0]] gives 0.1, not 1."""
    X = F * _more_idf(F)
    X = X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12)
    profile = R[u] @ X
    return X @ profile / np.maximum(np.linalg.norm(profile), 1e-6)


def content_scores__wrong_m_skips_empty_items(F, R, u):
    """m counts items with a feature only: F = [[1, 1], [1, 0], [0, 0]], R = [[1, 0, 0]]."""
    return _more_content(F, R[u], _more_idf(F[(F > 0).any(axis=1)]))


def content_scores__wrong_nan_for_empty_item(F, R, u):
    """An item without features has NaN: F = [[1, 0], [0, 0]], R = [[1, 0]]."""
    X = np.asarray(F, dtype=float) * _more_idf(F)
    with np.errstate(invalid="ignore"):
        X = X / np.linalg.norm(X, axis=1, keepdims=True)
    profile = np.asarray(R[u], dtype=float) @ np.nan_to_num(X)
    length = np.linalg.norm(profile)
    return X @ profile / length if length > 0 else np.zeros(len(F))


def content_scores__wrong_m_counts_features(F, R, u):
    """m is the number of features: F = [[1, 1], [1, 0], [1, 0], [1, 0]], R = [[1, 0, 0, 0]]."""
    return _more_content(F, R[u], np.log((1 + F.shape[1]) / (1 + (F > 0).sum(axis=0))) + 1)


def content_scores__wrong_mean_of_cosines(F, R, u):
    """The mean cosine with the history, not the cosine with the profile: F = eye(2), R = [[1, 1]]."""
    X = _unit_rows(F * _more_idf(F))
    total = R[u].sum()
    return X @ (R[u] / total @ X) if total > 0 else np.zeros(len(F))


def _tens(score):
    return [round(float(s), 10) for s in score]


def rank_with_ties__right_sorted_key(score, popularity, n):
    """One sort by a tuple."""
    tens, popular = _tens(score), [float(p) for p in popularity]
    return sorted(range(len(tens)), key=lambda i: (-tens[i], -popular[i], i))[:n]


def rank_with_ties__right_lexsort_once_more(score, popularity, n):
    """np.lexsort, which is stable."""
    order = np.lexsort((-np.asarray(popularity, dtype=float), -np.array(_tens(score), dtype=float)))
    return [int(i) for i in order[:n]]


def rank_with_ties__right_two_stable_sorts_once_more(score, popularity, n):
    """The less important key first, then the other one."""
    tens = _tens(score)
    items = list(range(len(tens)))
    items.sort(key=[float(p) for p in popularity].__getitem__, reverse=True)
    items.sort(key=tens.__getitem__, reverse=True)
    return items[:n]


def rank_with_ties__right_pandas_once_more(score, popularity, n):
    """pandas, sorted by three columns."""
    table = pd.DataFrame({"s": _tens(score), "p": np.asarray(popularity, dtype=float)})
    table["i"] = np.arange(len(table))
    table = table.sort_values(["s", "p", "i"], ascending=[False, False, True])
    return table["i"].head(n).tolist()


def rank_with_ties__right_decimal_bisect(score, popularity, n):
    """Eccentric: exact decimals as keys, inserted one by one into a sorted list."""
    grid = Decimal("1e-10")
    line = []
    for i, (s, p) in enumerate(zip(score, popularity)):
        d = Decimal(float(s))
        if abs(d) < 10**15:
            d = d.quantize(grid) + 0
        bisect.insort(line, (-d, -float(p), i))
    return [i for _, _, i in line[:n]]


def rank_with_ties__wrong_isclose(score, popularity, n):
    """np.isclose with its rtol of 1e-5: score = [1.0, 1.000001], popularity = [9, 1], n = 1."""

    def before(i, j):
        if np.isclose(score[i], score[j]):
            return -1 if popularity[i] > popularity[j] else int(popularity[i] < popularity[j])
        return -1 if score[i] > score[j] else 1

    return sorted(range(len(score)), key=functools.cmp_to_key(before))[:n]


def rank_with_ties__wrong_not_rounded_once_more(score, popularity, n):
    """No rounding: score = [0.1 + 0.2, 0.3], popularity = [1, 9], n = 1."""
    return sorted(range(len(score)), key=lambda i: (-score[i], -popularity[i]))[:n]


def rank_with_ties__wrong_six_decimals(score, popularity, n):
    """Rounded to six decimals: score = [1.0000001, 1.0], popularity = [1, 9], n = 1."""
    return sorted(range(len(score)), key=lambda i: (-round(score[i], 6), -popularity[i]))[:n]


def rank_with_ties__wrong_added_with_small_weight(score, popularity, n):
    """popularity * 1e-12 is added to the score: score = [0.001, 0], popularity = [0, 10**10]."""
    total = np.round(np.asarray(score, dtype=float), 10) + 1e-12 * np.asarray(popularity)
    return np.argsort(-total, kind="stable")[:n].tolist()


def rank_with_ties__wrong_reversed_once_more(score, popularity, n):
    """Ascending and reversed, so the higher number comes first: score = popularity = [1, 1]."""
    return np.lexsort((popularity, np.round(score, 10)))[::-1][:n].tolist()


def rank_with_ties__wrong_minus_n_once_more(score, popularity, n):
    """[-n:] gives everything for n = 0: score = popularity = [1], n = 0."""
    number = -np.arange(len(score))
    return np.lexsort((number, popularity, np.round(score, 10)))[-n:][::-1].tolist()


def rank_with_ties__wrong_floor(score, popularity, n):
    """Cut, not rounded: score = [0.8, 0.7 + 0.1], popularity = [1, 9], n = 1."""
    tens = [math.floor(s * 1e10) for s in score]
    return sorted(range(len(tens)), key=lambda i: (-tens[i], -popularity[i]))[:n]


def rank_with_ties__wrong_within_tolerance(score, popularity, n):
    """Equal if the difference is below 1e-10: score = [1.4e-10, 1.6e-10], popularity = [9, 1]."""

    def before(i, j):
        if abs(score[i] - score[j]) < 1e-10:
            return float(popularity[j]) - float(popularity[i])
        return float(score[j]) - float(score[i])

    return sorted(range(len(score)), key=functools.cmp_to_key(before))[:n]


def rank_with_ties__wrong_dict_loses_ties(score, popularity, n):
    """One item for each pair of score and popularity: score = popularity = [1, 1], n = 2."""
    item = {}
    for i, key in enumerate(zip(_tens(score), popularity)):
        item.setdefault(key, i)
    return [item[key] for key in sorted(item, reverse=True)][:n]


def rank_with_ties__wrong_whole_popularity(score, popularity, n):
    """Popularity is cut to a whole number: score = [1, 1], popularity = [3.2, 3.9], n = 1."""
    tens = _tens(score)
    return sorted(range(len(tens)), key=lambda i: (-tens[i], -int(popularity[i])))[:n]


def rank_with_ties__wrong_only_positive_scores(score, popularity, n):
    """Items with a score of 0 or less are left out: score = [-1], popularity = [1], n = 1."""
    tens = _tens(score)
    items = [i for i in range(len(tens)) if tens[i] > 0]
    return sorted(items, key=lambda i: (-tens[i], -popularity[i]))[:n]


def rank_with_ties__wrong_sorted_as_text(score, popularity, n):
    """The key is text: score = [9, 10], popularity = [1, 1], n = 1."""
    items = sorted(range(len(score)), key=lambda i: -float(popularity[i]))
    return sorted(items, key=lambda i: f"{score[i]:.10f}", reverse=True)[:n]


def rank_with_ties__wrong_minus_zero(score, popularity, n):
    """Groups keyed by text tell -0.0 from 0.0: score = [0.0, -1e-12], popularity = [1, 9], n = 1."""
    groups = defaultdict(list)
    for i, s in enumerate(_tens(score)):
        groups[f"{s:.10f}"].append(i)
    items = []
    for key in sorted(groups, key=float, reverse=True):
        items += sorted(groups[key], key=lambda i: -popularity[i])
    return items[:n]


def rank_with_ties__wrong_ten_digits(score, popularity, n):
    """Ten significant digits, not decimals: score = [123456.00001, 123456.0], popularity = [1, 9]."""
    digits = [float(f"{s:.10g}") for s in score]
    return sorted(range(len(digits)), key=lambda i: (-digits[i], -popularity[i]))[:n]


def _scores(U, V, logq, tau):
    U, V, logq = (np.asarray(x, dtype=float) for x in (U, V, logq))
    return U @ V.T / tau - logq


def in_batch_softmax_logq__right_logsumexp_once_more(U, V, logq, tau=1.0):
    """scipy's logsumexp."""
    s = _scores(U, V, logq, tau)
    return float((special.logsumexp(s, axis=1) - np.diag(s)).mean())


def in_batch_softmax_logq__right_row_maximum(U, V, logq, tau=1.0):
    """The largest score of each row is subtracted by hand."""
    s = _scores(U, V, logq, tau)
    s -= s.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(s).sum(axis=1)) - s.diagonal()))


def in_batch_softmax_logq__right_loops_fsum(U, V, logq, tau=1.0):
    """Plain loops, exact sums."""
    losses = []
    for i, user in enumerate(U):
        row = [
            math.fsum(float(a) * float(b) for a, b in zip(user, item)) / tau - float(c)
            for item, c in zip(V, logq)
        ]
        top = max(row)
        losses.append(top - row[i] + math.log(math.fsum(math.exp(s - top) for s in row)))
    return math.fsum(losses) / len(losses)


def in_batch_softmax_logq__right_logaddexp(U, V, logq, tau=1.0):
    """Differences from the diagonal and np.logaddexp.reduce."""
    s = _scores(U, V, logq, tau)
    return float(np.logaddexp.reduce(s - np.diag(s)[:, None], axis=1).mean())


def in_batch_softmax_logq__right_bias_column_einsum(U, V, logq, tau=1.0):
    """Eccentric: the correction is one more factor; a pairwise tree of logaddexp."""
    left = np.c_[np.asarray(U, dtype=float) / tau, np.ones(len(U))]
    right = np.c_[np.asarray(V, dtype=float), -np.asarray(logq, dtype=float)]
    s = np.einsum("if,jf->ji", left, right)
    rows = list(s)
    while len(rows) > 1:
        rows = [
            np.logaddexp(*pair) if len(pair) == 2 else pair[0]
            for pair in (rows[k : k + 2] for k in range(0, len(rows), 2))
        ]
    return sum(float(total - own) for total, own in zip(rows[0], np.diag(s))) / len(U)


def _more_loss(s):
    return float((special.logsumexp(s, axis=1) - np.diag(s)).mean())


def in_batch_softmax_logq__wrong_correction_added(U, V, logq, tau=1.0):
    """log q is added: U = V = zeros((3, 1)), logq = [0, 0, -2]."""
    return _more_loss(_scores(U, V, -np.asarray(logq, dtype=float), tau))


def in_batch_softmax_logq__wrong_tau_divides_all_once_more(U, V, logq, tau=1.0):
    """tau divides the correction too: U = V = zeros((2, 1)), logq = [0, -2], tau = 0.5."""
    return _more_loss((U @ V.T - logq) / tau)


def in_batch_softmax_logq__wrong_correction_of_the_row(U, V, logq, tau=1.0):
    """log q_i, not log q_j, so it cancels: U = V = zeros((2, 1)), logq = [0, -2]."""
    return _more_loss(U @ V.T / tau - np.asarray(logq, dtype=float)[:, None])


def in_batch_softmax_logq__wrong_overflow_once_more(U, V, logq, tau=1.0):
    """exp without subtraction: U = V = [[50.0], [50.0]], logq = 0 gives NaN, not 0.69."""
    with np.errstate(over="ignore", invalid="ignore"):
        e = np.exp(_scores(U, V, logq, tau))
        return float(-np.log(np.diag(e) / e.sum(axis=1)).mean())


def in_batch_softmax_logq__wrong_one_maximum(U, V, logq, tau=1.0):
    """The largest score of the whole table is subtracted: U = [[0.0], [1.0]], V = [[0.0], [2000.0]]."""
    s = _scores(U, V, logq, tau)
    s = s - s.max()
    with np.errstate(divide="ignore"):
        return float((np.log(np.exp(s).sum(axis=1)) - np.diag(s)).mean())


def in_batch_softmax_logq__wrong_only_negatives_corrected(U, V, logq, tau=1.0):
    """The bought item keeps its raw score: U = V = zeros((2, 1)), logq = [-1, -1]."""
    s = _scores(U, V, logq, tau)
    s[np.diag_indices_from(s)] += logq
    return _more_loss(s)


def in_batch_softmax_logq__wrong_tau_ignored(U, V, logq, tau=1.0):
    """tau has no effect: U = V = eye(2), logq = 0, tau = 0.1."""
    return _more_loss(_scores(U, V, logq, 1.0))


def in_batch_softmax_logq__wrong_tau_multiplies_once_more(U, V, logq, tau=1.0):
    """The dot product is multiplied by tau: U = V = eye(2), logq = 0, tau = 0.1."""
    return _more_loss(_scores(U, V, logq, 1 / tau))


def in_batch_softmax_logq__wrong_cosine(U, V, logq, tau=1.0):
    """Vectors are scaled to length 1: U = V = 2 * eye(2), logq = 0."""
    return _more_loss(_scores(_unit_rows(U), _unit_rows(V), logq, tau))


def in_batch_softmax_logq__wrong_softmax_over_users_once_more(U, V, logq, tau=1.0):
    """The softmax runs down the columns: U = [[1, 0], [1, 0]], V = eye(2), logq = 0."""
    return _more_loss(_scores(U, V, logq, tau).T)


def in_batch_softmax_logq__wrong_both_directions(U, V, logq, tau=1.0):
    """The mean of both directions, as in CLIP: U = [[1, 0], [1, 0]], V = eye(2), logq = 0."""
    s = _scores(U, V, logq, tau)
    return (_more_loss(s) + _more_loss(s.T)) / 2


def in_batch_softmax_logq__wrong_log_of_mean(U, V, logq, tau=1.0):
    """-log of the mean probability: U = [[1.0], [0.0]], V = [[2.0], [1.0]], logq = 0."""
    s = _scores(U, V, logq, tau)
    return float(-np.log(np.diag(special.softmax(s, axis=1)).mean()))


def in_batch_softmax_logq__wrong_epsilon_in_log(U, V, logq, tau=1.0):
    """log(p + 1e-12) is never below -27.6: U = eye(2), V = [[0, 99], [99, 0]], logq = 0 gives 27.6."""
    s = _scores(U, V, logq, tau)
    return float(-np.log(np.diag(special.softmax(s, axis=1)) + 1e-12).mean())


def in_batch_softmax_logq__wrong_q_for_log_q(U, V, logq, tau=1.0):
    """q is subtracted, not its log: U = V = zeros((2, 1)), logq = [0, -2]."""
    return _more_loss(_scores(U, V, np.exp(logq), tau))


def retrieve_rank_rerank__right_zip_longest(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """zip_longest, dict.fromkeys, one sort."""
    waited = [(ms, items) for ms, items in sources if ms <= budget_ms / 2]
    if not waited:
        return []
    room = math.floor((budget_ms - max(ms for ms, _ in waited)) * 1000 / rank_us + 1e-9)
    none = object()
    turns = itertools.chain.from_iterable(zip_longest(*(i for _, i in waited), fillvalue=none))
    candidates = list(dict.fromkeys(i for i in turns if i is not none))[:room]
    shown, count = [], Counter()
    for i in sorted(candidates, key=lambda i: (-score[i], i)):
        count[kind[i]] += 1
        if count[kind[i]] <= per_kind:
            shown.append(i)
    return shown[:n]


def retrieve_rank_rerank__right_plain_loops(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Positions and membership in lists; whole numbers by comparison with round."""
    lists, slowest = [], None
    for ms, items in sources:
        if not ms > budget_ms / 2:
            lists.append(items)
            slowest = ms if slowest is None or ms > slowest else slowest
    if slowest is None:
        return []
    fit = 1000 * (budget_ms - slowest) / rank_us
    fit = round(fit) if abs(fit - round(fit)) <= 1e-9 else int(fit)
    candidates, place = [], 0
    while any(place < len(items) for items in lists):
        for items in lists:
            if place < len(items) and items[place] not in candidates:
                candidates.append(items[place])
        place += 1
    ranked = candidates[:fit]
    ranked.sort()
    ranked.sort(key=lambda i: score[i], reverse=True)
    shown = []
    for i in ranked:
        if len(shown) < n and sum(1 for j in shown if kind[j] == kind[i]) < per_kind:
            shown.append(i)
    return shown


def retrieve_rank_rerank__right_pandas_once_more(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A table of (place, source, item); groupby.cumcount for the rule."""
    table = pd.DataFrame(
        [
            (place, s, item, ms)
            for s, (ms, items) in enumerate(sources)
            if ms <= budget_ms / 2
            for place, item in enumerate(items)
        ],
        columns=["place", "source", "item", "ms"],
    )
    times = [ms for ms, _ in sources if ms <= budget_ms / 2]
    if table.empty:
        return []
    room = int(np.floor((budget_ms - max(times)) * 1000 / rank_us + 1e-9))
    table = table.sort_values(["place", "source"]).drop_duplicates("item").head(room)
    table["score"] = np.asarray(score)[table["item"].to_numpy(dtype=int)]
    table["kind"] = np.asarray(kind)[table["item"].to_numpy(dtype=int)]
    table = table.sort_values(["score", "item"], ascending=[False, True])
    table = table[table.groupby("kind").cumcount() < per_kind]
    return [int(i) for i in table["item"].head(n)]


def retrieve_rank_rerank__right_heap_and_fractions(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Exact arithmetic with fractions, a heap for the ranking."""
    waited = [s for s in sources if 2 * Fraction(s[0]) <= Fraction(budget_ms)]
    if not waited:
        return []
    left = Fraction(budget_ms) - max(Fraction(ms) for ms, _ in waited)
    room = math.floor(left * 1000 / Fraction(rank_us) + Fraction(1, 10**9))
    turns = sorted(
        (place, s, item) for s, (_, items) in enumerate(waited) for place, item in enumerate(items)
    )
    heap, known = [], set()
    for _, _, item in turns:
        if item not in known and len(known) < room:
            known.add(item)
            heapq.heappush(heap, (-float(score[item]), item))
    shown, free = [], defaultdict(lambda: per_kind)
    while heap and len(shown) < n:
        _, item = heapq.heappop(heap)
        if free[int(kind[item])] > 0:
            free[int(kind[item])] -= 1
            shown.append(int(item))
    return shown


def retrieve_rank_rerank__right_queues_and_reduce(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Eccentric: queues that shrink, lexsort, and functools.reduce for the rule."""

    def turns(queues):
        found = []
        while queues:
            queues = [q for q in queues if q]
            found += [q.pop(0) for q in queues]
        return found

    def pick(used, i):
        full = len(used) >= n or [kind[j] for j in used].count(kind[i]) >= per_kind
        return used if full else used + [i]

    half = budget_ms / 2
    times = [ms for ms, _ in sources if ms <= half]
    if not times:
        return []
    room = int((budget_ms - max(times)) * 1000 / rank_us + 1e-9)
    found = list(dict.fromkeys(turns([list(q) for ms, q in sources if ms <= half])))
    found = np.array(found[:room], dtype=int)
    order = np.lexsort((found, -np.asarray(score, dtype=float)[found]))
    return functools.reduce(pick, found[order].tolist(), [])


def _request(
    sources,
    score,
    kind,
    budget_ms,
    rank_us,
    per_kind,
    n,
    *,
    in_time=None,
    whole=lambda x: math.floor(x + 1e-9),
    key=None,
):
    """A right one with holes for slips."""
    in_time = in_time or (lambda ms: ms <= budget_ms / 2)
    waited = [s for s in sources if in_time(s[0])]
    if not waited:
        return []
    room = whole((budget_ms - max(ms for ms, _ in waited)) * 1000 / rank_us)
    turns = [i for row in zip_longest(*(q for _, q in waited)) for i in row if i is not None]
    candidates = list(dict.fromkeys(turns))[:room]
    return _rule(sorted(candidates, key=key or (lambda i: (-score[i], i))), kind, per_kind, n)


def _rule(ranked, kind, per_kind, n):
    shown, count = [], Counter()
    for i in ranked:
        if count[kind[i]] < per_kind:
            count[kind[i]] += 1
            shown.append(i)
    return shown[:n]


def retrieve_rank_rerank__wrong_half_is_late(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """A source of exactly half of the budget is dropped: sources = [(5, [0])], budget 10."""
    args = sources, score, kind, budget_ms, rank_us, per_kind, n
    return _request(*args, in_time=lambda ms: ms < budget_ms / 2)


def retrieve_rank_rerank__wrong_empty_source_takes_no_time(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A source that returns nothing is not counted: [(1, [0, 1]), (5, [])], 10 ms, 5000 us."""
    full = [(ms, items) for ms, items in sources if items]
    return _request(full, score, kind, budget_ms, rank_us, per_kind, n)


def retrieve_rank_rerank__wrong_floor_without_tolerance(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """int() of a float: [(0.1, [0, 1])], budget 0.3, rank_us 100: 1.999... ranks one, not two."""
    return _request(sources, score, kind, budget_ms, rank_us, per_kind, n, whole=int)


def retrieve_rank_rerank__wrong_rounded_to_nearest(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """round() instead of down: [(0, [0, 1])], budget 1.6, rank_us 1000 ranks two, not one."""
    return _request(sources, score, kind, budget_ms, rank_us, per_kind, n, whole=round)


def retrieve_rank_rerank__wrong_tolerance_too_large(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A tolerance of 0.001: [(0, [0, 1])], budget 1.9995, rank_us 1000 ranks two, not one."""
    args = sources, score, kind, budget_ms, rank_us, per_kind, n
    return _request(*args, whole=lambda x: math.floor(x + 1e-3))


def retrieve_rank_rerank__wrong_duplicates_use_places(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Cut before duplicates go: [(0, [0, 1]), (0, [0, 2])], room for two ranks item 0 alone."""
    waited = [s for s in sources if s[0] <= budget_ms / 2]
    if not waited:
        return []
    room = math.floor((budget_ms - max(ms for ms, _ in waited)) * 1000 / rank_us + 1e-9)
    turns = [i for row in zip_longest(*(q for _, q in waited)) for i in row if i is not None]
    ranked = sorted(set(turns[:room]), key=lambda i: (-score[i], i))
    return _rule(ranked, kind, per_kind, n)


def retrieve_rank_rerank__wrong_stops_at_shortest_source(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """zip ends with the shortest list: [(1, [0, 1]), (1, [2])] never ranks item 1."""
    waited = [s for s in sources if s[0] <= budget_ms / 2]
    if not waited:
        return []
    room = math.floor((budget_ms - max(ms for ms, _ in waited)) * 1000 / rank_us + 1e-9)
    turns = [i for row in zip(*(q for _, q in waited)) for i in row]
    candidates = list(dict.fromkeys(turns))[:room]
    return _rule(sorted(candidates, key=lambda i: (-score[i], i)), kind, per_kind, n)


def retrieve_rank_rerank__wrong_one_of_a_kind(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """per_kind is ignored, one item of each kind: two items of one kind, per_kind = 2."""
    return _request(sources, score, kind, budget_ms, rank_us, 1, n)


def retrieve_rank_rerank__wrong_higher_number_first(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """sorted(reverse=True) reverses the ties too: [(0, [0, 1])], score = [1, 1]."""
    args = sources, score, kind, budget_ms, rank_us, per_kind, n
    return _request(*args, key=lambda i: (-score[i], -i))


def retrieve_rank_rerank__wrong_ties_as_retrieved(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Equal scores stay as they were retrieved: [(0, [1, 0])], score = [1, 1]."""
    return _request(sources, score, kind, budget_ms, rank_us, per_kind, n, key=lambda i: -score[i])


def retrieve_rank_rerank__wrong_no_source_raises(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """max() of nothing raises when no source is in time: [(9, [0])], budget 10."""
    max(ms for ms, _ in sources if ms <= budget_ms / 2)
    return _request(sources, score, kind, budget_ms, rank_us, per_kind, n)


def retrieve_rank_rerank__wrong_only_neighbours_count(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The rule looks at runs only: kinds A, B, A by score, per_kind = 1, shows A twice."""
    ranked = _request(sources, score, kind, budget_ms, rank_us, len(score) + 1, len(score) + 1)
    shown = []
    for i in ranked:
        last = shown[-per_kind:]
        if len(last) < per_kind or any(kind[j] != kind[i] for j in last):
            shown.append(i)
    return shown[:n]


def retrieve_rank_rerank__wrong_fastest_source_first(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Turns go by time, not as listed: [(2, [0]), (1, [1])], room for one ranks item 1."""
    by_time = sorted(sources, key=lambda s: s[0])
    return _request(by_time, score, kind, budget_ms, rank_us, per_kind, n)


def retrieve_rank_rerank__wrong_filled_with_unscored(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Candidates that were not ranked fill the page: [(0, [0, 1])], room for one, n = 2."""
    waited = [s for s in sources if s[0] <= budget_ms / 2]
    if not waited:
        return []
    room = math.floor((budget_ms - max(ms for ms, _ in waited)) * 1000 / rank_us + 1e-9)
    turns = [i for row in zip_longest(*(q for _, q in waited)) for i in row if i is not None]
    candidates = list(dict.fromkeys(turns))
    ranked = sorted(candidates[:room], key=lambda i: (-score[i], i))
    return _rule(ranked + candidates[room:], kind, per_kind, n)


def _cos(a, b):
    top = sum(x * y for x, y in zip(a, b))
    na, nb = sum(x * x for x in a), sum(x * x for x in b)
    return top / math.sqrt(na * nb) if na and nb else 0.0


def _recommend(R, u, n, defect=None):
    rows = [[int(x > 0) for x in r] for r in R] if defect == "counts_made_flags" else R
    m = len(rows[u])
    sim = [[_cos(a, b) for b in rows] for a in rows]
    if defect == "flags_used_as_indices":
        w = [sum(sim[i][v] for i in rows[u]) / m for v in range(len(rows))]
    elif defect == "similarity_invented":
        w = [0.5] * len(rows)
    elif defect == "norms_forgotten":
        w = [sum(x * y for x, y in zip(rows[u], r)) for r in rows]
    else:
        w = sim[u]
    total = [sum(w[v] * rows[v][i] for v in range(len(rows)) if v != u) for i in range(m)]
    unseen = [i for i in range(m) if defect == "seen_items_kept" or not rows[u][i]]
    best = sorted((i for i in unseen if total[i] > 0), key=lambda i: (-round(total[i], 9), i))[:n]
    return [unseen.index(i) for i in best] if defect == "places_for_items" else best


_BASKETS = {
    "flags_used_as_indices": ([[3, 0, 0, 9], [9, 9, 0, 0], [0, 0, 9, 9]], 0, 1),
    "similarity_invented": ([[1, 1, 0, 0], [1, 1, 0, 1], [0, 1, 3, 0]], 0, 1),
    "seen_items_kept": ([[1, 0], [1, 1]], 0, 2),
    "norms_forgotten": ([[4, 3, 0, 0], [1, 1, 1, 0], [0, 9, 0, 1]], 0, 1),
    "counts_made_flags": ([[1, 0, 0], [1, 1, 5]], 0, 1),
    "places_for_items": ([[1, 0], [1, 1]], 0, 1),
}


def _basket_but(defect, name, R, u, n):
    if defect == name:
        return R, u, n
    R0, u0, n0 = _BASKETS[defect]
    return [list(r) for r in R0], u0, n0


def break_basket_recommender__right_by_hand(defect):
    """A table of small hand-made baskets, copied on each call."""
    R, u, n = _BASKETS[defect]
    return [list(r) for r in R], u, n


def break_basket_recommender__right_random_search(defect):
    """Search random baskets until an own copy of both recommenders differ clearly."""
    rng = np.random.default_rng(7)
    while True:
        R = rng.integers(1, 10, (4, 5)) * (rng.random((4, 5)) < 0.55)
        R = R.tolist()
        if 0 < sum(x > 0 for x in R[2]) < 5:
            try:
                other = _recommend(R, 2, 2, defect)
            except IndexError:
                return R, 2, 2
            if other != _recommend(R, 2, 2):
                return R, 2, 2


def break_basket_recommender__right_one_for_all(defect):
    """One basket shows all six defects at once (user 1; her 9 is no user's number)."""
    return [[0, 5, 1, 8, 0], [9, 0, 9, 0, 0], [7, 3, 3, 0, 0], [2, 0, 3, 1, 6]], 1, 1


def break_basket_recommender__wrong_flags_row_same_neighbour(defect):
    """Entries 0, 1, 2 are taken for users, but the order of the items stays: no difference."""
    return _basket_but(
        defect, "flags_used_as_indices", [[1, 0, 2, 0], [1, 0, 0, 1], [0, 0, 1, 1]], 0, 1
    )


def break_basket_recommender__wrong_invented_same_order(defect):
    """similarity_invented: the near user also has the largest counts, so 0.5 gives the same item."""
    return _basket_but(
        defect, "similarity_invented", [[1, 1, 0, 0], [1, 1, 0, 3], [0, 1, 2, 0]], 0, 1
    )


def break_basket_recommender__wrong_seen_item_below(defect):
    """seen_items_kept: the seen item has the smaller sum, and n = 1 cuts it off."""
    return _basket_but(defect, "seen_items_kept", [[1, 0], [1, 2]], 0, 1)


def break_basket_recommender__wrong_own_norm_only(defect):
    """norms_forgotten: only u's own row is long; a common factor changes no order."""
    return _basket_but(defect, "norms_forgotten", [[9, 9, 0, 0], [1, 1, 0, 1], [0, 1, 1, 1]], 0, 2)


def break_basket_recommender__wrong_counts_scale_rows(defect):
    """counts_made_flags: all counts of a user are equal, so the cosine and the order stay."""
    return _basket_but(
        defect, "counts_made_flags", [[5, 5, 0, 0], [3, 3, 3, 0], [0, 2, 0, 2]], 0, 2
    )


def break_basket_recommender__wrong_places_at_the_end(defect):
    """places_for_items: the seen items stand last, so places and numbers are the same."""
    return _basket_but(defect, "places_for_items", [[0, 0, 2, 1], [1, 3, 1, 0], [0, 1, 1, 1]], 0, 2)


def break_basket_recommender__wrong_seven_users(defect):
    """similarity_invented is shown with a crowd of seven users: at most 6 are allowed."""
    return _basket_but(
        defect, "similarity_invented", [[1, 1, 0, 0], [1, 1, 0, 1]] + [[0, 1, 3, 0]] * 5, 0, 1
    )


def break_basket_recommender__wrong_count_of_twelve(defect):
    """norms_forgotten is shown with a bulk buyer of 12 pieces: counts are 0 to 9."""
    return _basket_but(defect, "norms_forgotten", [[4, 3, 0, 0], [1, 1, 1, 0], [0, 12, 0, 1]], 0, 1)


def break_basket_recommender__wrong_no_neighbour(defect):
    """places_for_items: nobody shares an item with u, so both lists are empty."""
    return _basket_but(defect, "places_for_items", [[1, 0, 0], [0, 1, 2]], 0, 2)


def item_similarity__right_scaled_columns(R, lam=0.0):
    """Columns are scaled to unit length first (by the largest entry too), then one product."""
    A = np.array(R, dtype=float)
    big = np.abs(A).max(axis=0, initial=0.0)
    A /= np.where(big > 0, big, 1)
    length = np.sqrt((A * A).sum(axis=0))
    A /= np.where(length > 0, length, 1)
    has = (np.asarray(R) != 0).astype(float)
    n = has.T @ has
    S = np.zeros_like(n)
    np.divide((A.T @ A) * n, n + lam, out=S, where=n > 0)
    np.fill_diagonal(S, 0)
    return (S + S.T) / 2


def item_similarity__right_loops_hypot(R, lam=0.0):
    """Pairs of columns, math.hypot and math.fsum."""
    cols = [[float(x) for x in c] for c in np.asarray(R).T]
    S = np.zeros((len(cols), len(cols)))
    for i, j in itertools.combinations(range(len(cols)), 2):
        a, b = cols[i], cols[j]
        n = sum(1 for x, y in zip(a, b) if x and y)
        if n:
            la, lb = math.hypot(*a), math.hypot(*b)
            S[i, j] = S[j, i] = math.fsum(x / la * (y / lb) for x, y in zip(a, b)) * n / (n + lam)
    return S


def item_similarity__right_users_as_sparse_rows(R, lam=0.0):
    """Sum over users, as sparse outer products; shrinkage on the stored entries alone."""
    A = sparse.csc_matrix(np.asarray(R, dtype=float))
    A.eliminate_zeros()
    norm = sparse.linalg.norm(A, axis=0) if A.shape[0] and A.shape[1] else np.zeros(A.shape[1])
    unit = A @ sparse.diags_array(1 / np.where(norm > 0, norm, 1)) if A.shape[1] else A
    flag = A.copy()
    flag.data = np.ones_like(flag.data)
    n = (flag.T @ flag).tocoo()
    dot = (unit.T @ unit).toarray()
    S = np.zeros((A.shape[1], A.shape[1]))
    for i, j, c in zip(n.coords[0], n.coords[1], n.data):
        if i != j:
            S[i, j] = dot[i, j] * c / (c + lam)
    return S


def _item_sim(A, n, norm, lam):
    with np.errstate(all="ignore"):
        S = np.nan_to_num((A.T @ A) / np.outer(norm, norm) * (n / (n + lam)))
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_int8_counts(R, lam=0.0):
    """Common users are counted in int8: wrong for 200 users who have both items and lam = 100."""
    A = np.asarray(R, float)
    has = (A != 0).astype(np.int8)
    return _item_sim(A, has.T @ has, np.linalg.norm(A, axis=0), lam)


def item_similarity__wrong_dot_in_dtype_of_R(R, lam=0.0):
    """The dot products stay in R's dtype: wrong for np.array([[20, 20]], dtype=np.uint8)."""
    has = (R != 0).astype(float)
    dot = R.T @ R
    norm = np.linalg.norm(R.astype(float), axis=0)
    with np.errstate(all="ignore"):
        S = np.nan_to_num(dot / np.outer(norm, norm) * (has.T @ has) / (has.T @ has + lam))
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_norm_at_least_one_once_more(R, lam=0.0):
    """Norms are raised to 1 against division by 0: wrong for [[0.1, 0.1]], whose cosine is 1."""
    A = np.asarray(R, float)
    has = (A != 0).astype(float)
    return _item_sim(A, has.T @ has, np.maximum(np.linalg.norm(A, axis=0), 1), lam)


def item_similarity__wrong_union_of_users(R, lam=0.0):
    """n counts users with either item: wrong for [[1, 1], [1, 0]] and lam = 1."""
    A = np.asarray(R, float)
    has = (A != 0).astype(float)
    none = 1 - has
    n = np.where(has.T @ has > 0, len(A) - none.T @ none, 0)
    return _item_sim(A, n, np.linalg.norm(A, axis=0), lam)


def item_similarity__wrong_norm_of_common_users(R, lam=0.0):
    """The norms run over the common users only: wrong for [[1, 1], [1, 0]] (1, not 0.71)."""
    A = np.asarray(R, float)
    has = (A != 0).astype(float)
    sq = (A * A).T @ has
    n = has.T @ has
    with np.errstate(all="ignore"):
        S = np.nan_to_num((A.T @ A) / np.sqrt(sq * sq.T) * n / (n + lam))
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_scales_R_in_place(R, lam=0.0):
    """asarray does not copy floats, and /= then changes the caller's R: [[2.0, 1.0]]."""
    A = np.asarray(R, dtype=float)
    has = (A != 0).astype(float)
    norm = np.linalg.norm(A, axis=0)
    A /= np.where(norm > 0, norm, 1)
    return _item_sim(A, has.T @ has, np.ones(A.shape[1]), lam)


def item_similarity__wrong_single_item_users_dropped(R, lam=0.0):
    """Users with one item make no pair, but they belong to the norm: [[1, 1], [1, 0]]."""
    A = np.asarray(R, float)
    A = A[(A != 0).sum(axis=1) > 1]
    has = (A != 0).astype(float)
    return _item_sim(A, has.T @ has, np.linalg.norm(A, axis=0), lam)


def item_similarity__wrong_has_means_one(R, lam=0.0):
    """An item is had from a strength of 1 on: wrong for [[0.5, 0.5]] (0, not 1)."""
    A = np.asarray(R, float)
    has = (A >= 1).astype(float)
    return _item_sim(A, has.T @ has, np.linalg.norm(A, axis=0), lam)


def item_similarity__wrong_plus_epsilon(R, lam=0.0):
    """1e-8 is added to the product of the norms: wrong for strengths of 1e-4."""
    A = np.asarray(R, float)
    has = (A != 0).astype(float)
    n = has.T @ has
    norm = np.linalg.norm(A, axis=0)
    S = (A.T @ A) / (np.outer(norm, norm) + 1e-8) * n / (n + lam + 1e-8)
    np.fill_diagonal(S, 0)
    return S


def itemcf_scores__right_take_along_axis(R, u, P, k):
    """argsort down the columns of the rows of the history, then weights by fancy indexing."""
    r = np.asarray(R)[u].astype(float)
    h = np.flatnonzero(r)
    W = np.asarray(P, float)[h]
    top = np.argsort(-W, axis=0, kind="stable")[:k]
    scores = (np.take_along_axis(W, top, axis=0) * r[h][top]).sum(axis=0)
    scores[h] = -np.inf
    return scores


def itemcf_scores__right_heap_of_pairs(R, u, P, k):
    """A loop over candidates with heapq.nlargest and fsum."""
    r = [float(x) for x in R[u]]
    had = [j for j, x in enumerate(r) if x != 0]
    out = []
    for i in range(len(r)):
        if r[i] != 0:
            out.append(-math.inf)
        else:
            best = heapq.nlargest(k, had, key=lambda j: P[j, i])
            out.append(math.fsum(float(P[j, i]) * r[j] for j in best))
    return np.array(out, dtype=float)


def itemcf_scores__right_long_table(R, u, P, k):
    """A long pandas table of (h, i, p), ranked within each candidate; ties: the later item."""
    r = np.asarray(R[u], float)
    items = np.arange(len(r))
    t = pd.DataFrame({"h": np.repeat(items, len(r)), "i": np.tile(items, len(r))})
    t["p"], t["r"] = np.asarray(P, float)[t.h, t.i], r[t.h]
    t = t[(t.r != 0)].iloc[::-1].sort_values("p", ascending=False, kind="stable")
    t = t[t.groupby("i").cumcount() < k]
    s = (t.p * t.r).groupby(t.i).sum().reindex(items, fill_value=0.0).to_numpy(float)
    return np.where(r != 0, -np.inf, s)


def itemcf_scores__wrong_top_k_of_all_items(R, u, P, k):
    """The k places also go to items that u does not have: P[3, 2] large, k = 1."""
    r = np.asarray(R[u], float)
    P = np.asarray(P, float)
    top = np.argsort(-P, axis=0, kind="stable")[:k]
    s = (np.take_along_axis(P, top, axis=0) * r[top]).sum(axis=0)
    return np.where(r != 0, -np.inf, s)


def itemcf_scores__wrong_ties_all_count_once_more(R, u, P, k):
    """Everything not below the k-th largest counts: three equal P, k = 2."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    W = np.asarray(P, float)[h]
    if len(h) > k:
        W = np.where(W >= np.sort(W, axis=0)[-k], W, 0)
    s = r[h] @ W
    s[h] = -np.inf
    return s


def itemcf_scores__wrong_values_sorted_weights_not(R, u, P, k):
    """P is sorted within the column, but R[u] stays in its order: R = [3, 1], P = 0.9, 0.5, k = 2."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    k = min(k, len(h))
    W = np.sort(np.asarray(P, float)[h], axis=0)[len(h) - k :]
    s = r[h][len(h) - k :] @ W
    s[h] = -np.inf
    return s


def itemcf_scores__wrong_partition_needs_k_items(R, u, P, k):
    """argpartition with kth = k - 1 raises when the history is shorter than k."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    if not len(h):
        return np.zeros(len(r))
    W = np.asarray(P, float)[h]
    top = np.argpartition(-W, k - 1, axis=0)[:k]
    s = (np.take_along_axis(W, top, axis=0) * r[h][top]).sum(axis=0)
    s[h] = -np.inf
    return s


def itemcf_scores__wrong_one_choice_for_all(R, u, P, k):
    """The k items with the largest sum over all candidates serve every candidate."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    P = np.asarray(P, float)
    h_best = h[np.argsort(-P[h].sum(axis=1), kind="stable")[:k]]
    s = r[h_best] @ P[h_best]
    s[h] = -np.inf
    return s


def itemcf_scores__wrong_dict_merges_equal_p(R, u, P, k):
    """A dict keyed by P keeps one of two items with the same P: P = 0.5, 0.5 and k = 2."""
    r = np.asarray(R[u], float)
    s = np.zeros(len(r))
    for i in range(len(r)):
        by_p = {float(P[h, i]): r[h] for h in np.flatnonzero(r)}
        s[i] = sum(p * by_p[p] for p in sorted(by_p, reverse=True)[:k])
    s[r != 0] = -np.inf
    return s


def itemcf_scores__wrong_history_from_one_on(R, u, P, k):
    """Only strengths of 1 or more are had: R = [[0.5, 0]] gives no minus infinity."""
    r = np.asarray(R[u], float)
    r = np.where(r >= 1, r, 0)
    h = np.flatnonzero(r)
    W = np.asarray(P, float)[h]
    top = np.argsort(-W, axis=0, kind="stable")[:k]
    s = (np.take_along_axis(W, top, axis=0) * r[h][top]).sum(axis=0)
    s[h] = -np.inf
    return s


def itemcf_scores__wrong_neighbours_cut_per_history_item(R, u, P, k):
    """Zero P are dropped and, with one history item, the k best candidates alone keep a score."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    W = np.asarray(P, float)[h].copy()
    if len(h) == 1:
        W[0, np.argsort(-W[0], kind="stable")[k:]] = 0
    top = np.argsort(-W, axis=0, kind="stable")[:k]
    s = (np.take_along_axis(W, top, axis=0) * r[h][top]).sum(axis=0)
    s[h] = -np.inf
    return s


def content_scores__right_vectorised_once_more(F, R, u):
    """The formula, with guarded divisions."""
    F = np.asarray(F, float)
    m = len(F)
    X = F * (np.log((1 + m) / (1 + (F > 0).sum(axis=0))) + 1)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, length, out=np.zeros_like(X), where=length > 0)
    profile = np.asarray(R[u], float) @ X
    size = np.linalg.norm(profile)
    return X @ (profile / size) if size > 0 else np.zeros(m)


def content_scores__right_sklearn_once_more(F, R, u):
    """TfidfTransformer has the same idf and norm; cosine_similarity guards the zeros."""
    X = TfidfTransformer(norm="l2", smooth_idf=True).fit_transform(
        sparse.csr_matrix(np.asarray(F, float))
    )
    weight = sparse.csr_matrix(np.asarray(R[u], float)[None, :])
    return cosine_similarity((weight @ X).toarray(), X.toarray())[0]


def content_scores__right_kernel_without_profile(F, R, u):
    """Only inner products of items: cos = (K w)_i / sqrt(w' K w), with dicts and fsum."""
    m = len(F)
    df = [sum(1 for i in range(m) if F[i][f] > 0) for f in range(len(F[0]))]
    rows = []
    for i in range(m):
        row = {
            f: float(F[i][f]) * (math.log1p(m) - math.log1p(df[f]) + 1)
            for f in range(len(df))
            if F[i][f] > 0
        }
        size = math.sqrt(math.fsum(x * x for x in row.values()))
        rows.append({f: x / size for f, x in row.items()})
    K = [[math.fsum(x * b[f] for f, x in a.items() if f in b) for b in rows] for a in rows]
    w = [float(x) for x in R[u]]
    Kw = [math.fsum(k * x for k, x in zip(line, w)) for line in K]
    size2 = math.fsum(x * y for x, y in zip(w, Kw))
    return np.array([x / math.sqrt(size2) if size2 > 0 else 0.0 for x in Kw])


def _planted_content(F, w, idf, binary=False, unit=True):
    F = np.asarray(F, float)
    X = (F > 0) * idf if binary else F * idf
    length = np.linalg.norm(X, axis=1, keepdims=True)
    X1 = np.divide(X, length, out=np.zeros_like(X), where=length > 0)
    profile = np.asarray(w, float) @ (X1 if unit else X)
    size = np.linalg.norm(profile)
    return X1 @ (profile / size) if size > 0 else np.zeros(len(F))


def _planted_idf(F, m=None, log=np.log):
    F = np.asarray(F)
    return log((1 + (len(F) if m is None else m)) / (1 + (F > 0).sum(axis=0))) + 1


def content_scores__wrong_empty_items_not_in_m(F, R, u):
    """m leaves out items without features: a third, empty row in F changes the idf."""
    return _planted_content(F, R[u], _planted_idf(F, m=int((np.asarray(F) > 0).any(axis=1).sum())))


def content_scores__wrong_log10(F, R, u):
    """log to base 10: wrong as soon as two features with different m_f meet in one item."""
    return _planted_content(F, R[u], _planted_idf(F, log=np.log10))


def content_scores__wrong_presence_for_counts(F, R, u):
    """Counts become 0 or 1 (they do only for m_f): F = [[3, 1], [1, 3]]."""
    return _planted_content(F, R[u], _planted_idf(F), binary=True)


def content_scores__wrong_unit_before_idf(F, R, u):
    """Rows get length 1 before idf, so items weigh unequally in the profile."""
    F = np.asarray(F, float)
    length = np.linalg.norm(F, axis=1, keepdims=True)
    unit = np.divide(F, length, out=np.zeros_like(F), where=length > 0)
    return _planted_content(unit, R[u], _planted_idf(F), unit=False)


def content_scores__wrong_profile_at_least_one(F, R, u):
    """The profile's length is raised to 1 against division by 0: R = [[0.2, 0]] gives 0.2."""
    F = np.asarray(F, float)
    X = F * _planted_idf(F)
    X = X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12)
    profile = np.asarray(R[u], float) @ X
    return X @ profile / max(np.linalg.norm(profile), 1.0)


def content_scores__wrong_nan_for_empty_history_items(F, R, u):
    """Guards an empty history, but not one of items without features only: NaN."""
    F = np.asarray(F, float)
    if not np.any(R[u]):
        return np.zeros(len(F))
    X = F * _planted_idf(F)
    X = X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12)
    profile = np.asarray(R[u], float) @ X
    with np.errstate(all="ignore"):
        return X @ profile / np.linalg.norm(profile)


def content_scores__wrong_idf_of_bought_items(F, R, u):
    """m and m_f are counted over items that somebody bought: a new product changes nothing."""
    sold = np.asarray(R).any(axis=0)
    return _planted_content(F, R[u], _planted_idf(np.asarray(F)[sold]))


def content_scores__wrong_rarest_feature_not_one(F, R, u):
    """The 1 is added inside the log, ln((1 + m) / (1 + m_f) + 1)."""
    F = np.asarray(F, float)
    return _planted_content(F, R[u], np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0)) + 1))


def content_scores__wrong_items_counted_once(F, R, u):
    """Of items with the same features only one enters the profile (a dict by features)."""
    F = np.asarray(F, float)
    w = np.zeros(len(F))
    first = {}
    for i, row in enumerate(map(tuple, F)):
        if R[u][i]:
            first[row] = i
    for i in first.values():
        w[i] = R[u][i]
    return _planted_content(F, w, _planted_idf(F))


def rank_with_ties__right_sorted_key_once_more(score, popularity, n):
    """sorted with a tuple key."""
    s = [round(float(x), 10) for x in score]
    p = [float(x) for x in popularity]
    return sorted(range(len(s)), key=lambda i: (-s[i], -p[i], i))[: int(n)]


def rank_with_ties__right_two_stable_sorts_once_more_a_second_time(score, popularity, n):
    """Sort by popularity first, then stably by the rounded score, in pandas."""
    t = pd.DataFrame(
        {"s": [round(float(x), 10) for x in score], "p": np.asarray(popularity, float)}
    )
    t = t.sort_values("p", ascending=False, kind="stable")
    return t.sort_values("s", ascending=False, kind="stable").index[:n].tolist()


def rank_with_ties__right_insertion_in_groups(score, popularity, n):
    """Groups by the rounded score in a dict, and a heap over each group."""
    groups = defaultdict(list)
    for i, (s, p) in enumerate(zip(score, popularity)):
        groups[round(float(s), 10) + 0.0].append((-float(p), i))
    items = []
    for s in sorted(groups, reverse=True):
        heapq.heapify(groups[s])
        while groups[s] and len(items) < n:
            items.append(heapq.heappop(groups[s])[1])
    return items


def rank_with_ties__wrong_popularity_rounded_too(score, popularity, n):
    """Popularity is rounded as well: [1, 1] with [1e-12, 2e-12] gives item 0 first."""
    s, p = np.round(np.asarray(score, float), 10), np.round(np.asarray(popularity, float), 10)
    return np.lexsort((-p, -s))[:n].tolist()


def rank_with_ties__wrong_isclose_groups(score, popularity, n):
    """np.isclose decides what is equal: 1.000001 and 1 are not equal to ten decimals."""
    s, p = np.asarray(score, float), np.asarray(popularity, float)
    order = np.argsort(-s, kind="stable")
    group = np.zeros(len(s), int)
    for a, b in zip(order, order[1:]):
        group[b] = group[a] + (not np.isclose(s[a], s[b]))
    return np.lexsort((-p, group))[:n].tolist()


def rank_with_ties__wrong_truncated_once_more(score, popularity, n):
    """Ten decimals are cut off, not rounded: 0.1 + 0.7 is below 0.8 then."""
    s = np.floor(np.asarray(score, float) * 1e10)
    return np.lexsort((-np.asarray(popularity, float), -s))[:n].tolist()


def rank_with_ties__wrong_text_key_has_minus_zero(score, popularity, n):
    """Groups by f'{s:.10f}': [-1e-12, 0.0] with [1, 2], key '-0.0000000000'."""
    groups = defaultdict(list)
    for i, s in enumerate(score):
        groups[f"{float(s):.10f}"].append(i)
    out = []
    for key in sorted(groups, key=float, reverse=True):
        out += sorted(groups[key], key=lambda i: (-float(popularity[i]), i))
    return out[:n]


def rank_with_ties__wrong_one_number_key(score, popularity, n):
    """score + 1e-12 * popularity as one key: a popularity of 1e6 outweighs a better score."""
    key = np.round(np.asarray(score, float), 10) + 1e-12 * np.asarray(popularity, float)
    return np.argsort(-key, kind="stable")[:n].tolist()


def rank_with_ties__wrong_cut_before_ties(score, popularity, n):
    """The best n by score are cut out first: at the cut the more popular item may be lost."""
    s, p = np.round(np.asarray(score, float), 10), np.asarray(popularity, float)
    n = min(n, len(s))
    top = np.sort(np.argsort(s, kind="stable")[len(s) - n :])
    return top[np.lexsort((-p[top], -s[top]))].tolist()


def rank_with_ties__wrong_negative_slice(score, popularity, n):
    """The last n of an ascending order: n = 0 gives all items."""
    s, p = np.round(np.asarray(score, float), 10), np.asarray(popularity, float)
    order = np.lexsort((-np.arange(len(s)), p, s))
    return order[-n:][::-1].tolist()


def rank_with_ties__wrong_default_argsort(score, popularity, n):
    """The second sort is the default one, which is not stable: 100 equal scores."""
    s, p = np.round(np.asarray(score, float), 10), np.asarray(popularity, float)
    by_p = np.argsort(-p, kind="stable")
    return by_p[np.argsort(-s[by_p])][:n].tolist()


def _more_z(x, ok):
    z = np.zeros(len(x))
    v = x[ok]
    if len(v):
        big = np.abs(v).max()
        v = v / big if big > 0 else v
        sd = v.std()
        if sd > 1e-12:
            z[ok] = (v - v.mean()) / sd
    return z


def hybrid_rank__right_vectorised(parts, w, seen, n):
    """z-scores after scaling by the largest absolute score, lexsort of the rounded sum."""
    total = 0.0
    for name, x in parts.items():
        x = np.array(x, dtype=float)
        total = total + w[name] * _more_z(x, np.isfinite(x))
    order = np.lexsort((np.arange(len(total)), -np.round(total, 10)))
    hide = {int(i) for i in seen}
    return [int(i) for i in order if int(i) not in hide][:n]


def hybrid_rank__right_fractions(parts, w, seen, n):
    """Means and variances in exact fractions; constant up to rounding means a spread of 1e-12."""
    size = len(next(iter(parts.values())))
    sums = [[] for _ in range(size)]
    for name, scores in parts.items():
        v = {i: Fraction(float(x)) for i, x in enumerate(scores) if math.isfinite(x)}
        if not v or max(v.values()) - min(v.values()) <= Fraction(1, 10**12) * max(
            abs(x) for x in v.values()
        ):
            continue
        mean = sum(v.values()) / len(v)
        var = sum((x - mean) ** 2 for x in v.values()) / len(v)
        for i, x in v.items():
            square = (x - mean) ** 2 / var
            sums[i].append(math.copysign(math.sqrt(square), x - mean) * w[name])
    key = [(-round(math.fsum(s), 10) + 0.0, i) for i, s in enumerate(sums) if i not in set(seen)]
    return [i for _, i in sorted(key)[:n]]


def hybrid_rank__right_pandas_frame(parts, w, seen, n):
    """A DataFrame with a column for each recommender; NaN skipped by mean and std(ddof=0)."""
    t = pd.DataFrame({k: np.asarray(v, float) for k, v in parts.items()})
    t = t.where(np.isfinite(t))
    size = t.abs().max().replace(0, 1.0)
    t = t / size
    sd = t.std(ddof=0)
    z = ((t - t.mean()) / sd.where(sd > 1e-12)).fillna(0.0)
    total = (z * pd.Series(w, dtype=float).reindex(z.columns)).sum(axis=1).round(10)
    total = total.drop(index=list(set(map(int, seen))))
    return total.sort_values(ascending=False, kind="stable").index[:n].tolist()


def _more_hybrid(parts, w, seen, n, z=_more_z, digits=10):
    total = sum(
        w[k] * z(np.array(x, float), np.isfinite(np.array(x, float))) for k, x in parts.items()
    )
    total = np.round(total, digits) if digits else total
    order = np.argsort(-total, kind="stable")
    return [int(i) for i in order if i not in set(seen)][:n]


def hybrid_rank__wrong_spread_below_1e_6(parts, w, seen, n):
    """A spread below 1e-6 counts as none: scores of 1e-7 and 2e-7 differ like any others."""

    def z(x, ok):
        out = np.zeros(len(x))
        if ok.any() and x[ok].std() > 1e-6:
            out[ok] = (x[ok] - x[ok].mean()) / x[ok].std()
        return out

    return _more_hybrid(parts, w, seen, n, z)


def hybrid_rank__wrong_allclose_is_constant(parts, w, seen, n):
    """np.allclose finds a constant: 100000 and 100001 are close to it (rtol = 1e-5)."""

    def z(x, ok):
        if not ok.any() or np.allclose(x[ok], x[ok][0], atol=0):
            return np.zeros(len(x))
        return _more_z(x, ok)

    return _more_hybrid(parts, w, seen, n, z)


def hybrid_rank__wrong_weights_in_order_of_dict(parts, w, seen, n):
    """zip of the values of the two dicts: wrong when w has its keys in another order."""
    return _more_hybrid(parts, dict(zip(parts, w.values())), seen, n)


def hybrid_rank__wrong_mean_over_those_with_score(parts, w, seen, n):
    """The sum is divided by the weight of those that scored the item: NaN in one of two parts."""
    finite = {k: np.isfinite(np.asarray(x, float)) for k, x in parts.items()}
    total = sum(w[k] * _more_z(np.array(x, float), finite[k]) for k, x in parts.items())
    mass = sum(abs(w[k]) * finite[k] for k in parts)
    total = np.round(total / np.where(mass > 0, mass, 1), 10)
    order = np.argsort(-total, kind="stable")
    return [int(i) for i in order if i not in set(seen)][:n]


def hybrid_rank__wrong_minus_infinity_is_seen(parts, w, seen, n):
    """Minus infinity is read as 'the user has it': {'a': [-inf, 1, 2]}, seen=[] leaves out item 0."""
    gone = {i for x in parts.values() for i in np.flatnonzero(np.isneginf(np.asarray(x, float)))}
    return _more_hybrid(parts, w, list(seen) + [int(i) for i in gone], n)


def hybrid_rank__wrong_no_score_anywhere_dropped(parts, w, seen, n):
    """An item that no recommender scores has a sum of 0 and is not left out: [nan, 1, 2], n = 3."""
    some = np.any([np.isfinite(np.asarray(x, float)) for x in parts.values()], axis=0)
    return _more_hybrid(parts, w, list(seen) + np.flatnonzero(~some).tolist(), n)


def hybrid_rank__wrong_seen_twice_cuts_two(parts, w, seen, n):
    """Seen items go to the end, and len(seen) items are cut: seen=[0, 0] cuts an unseen item."""
    total = sum(
        w[k] * _more_z(np.array(x, float), np.isfinite(np.array(x, float)))
        for k, x in parts.items()
    )
    total = np.round(total, 10)
    total[np.array(seen, dtype=int)] = -np.inf
    order = np.argsort(-total, kind="stable")[: len(total) - len(seen)]
    return order[:n].tolist()


def hybrid_rank__wrong_z_rounded_not_sum(parts, w, seen, n):
    """Each z is rounded, the sum is not: rounding noise of the sum orders equal items."""

    def z(x, ok):
        return np.round(_more_z(x, ok), 10)

    return _more_hybrid(parts, w, seen, n, z, digits=None)


def hybrid_rank__wrong_weights_normalised(parts, w, seen, n):
    """Weights are divided by their sum: weights of 1 and -1, or two zeros, give NaN."""
    with np.errstate(all="ignore"):
        whole = np.float64(sum(w.values()))
        return _more_hybrid(parts, {k: np.float64(x) / whole for k, x in w.items()}, seen, n)


def _reference_hybrid(parts, w, seen, n):
    return hybrid_rank__right_fractions(parts, w, seen, n)


def _hybrid_cases():
    nan, inf = math.nan, math.inf
    a = [0.9, 0.1, 0.4, nan, 0.35, 0.2, nan, 0.7]
    b = [100.0, 900.0, -inf, 250.0, 400.0, 9000.0, 300.0, 120.0]
    c = [5.0] * 8
    d = [nan, 3.0, 2.0, 8.0, 1.0, nan, nan, 2.5]
    e = [0.1] * 3 + [nan] * 5
    f = [1e-7, 3e-7, 2e-7, 5e-7, 9e-7, 4e-7, 1e-7, 1e-7]
    cases = []
    for names in ("ab", "abc", "ad", "bd", "abd", "ef", "af", "ade", "b", "abcdef"):
        for seen in ([], [5], [1, 4, 5]):
            for n in (1, 3, 8):
                parts = {x: dict(a=a, b=b, c=c, d=d, e=e, f=f)[x] for x in names}
                for w in (
                    dict(f=0.4, e=1.0, d=1.3, c=1.0, b=0.7, a=2.0),
                    dict(a=0.5, b=2.0, c=3.0, d=1.0, e=5.0, f=1.0),
                ):
                    cases.append((parts, {x: w[x] for x in w if x in names}, seen, n))
    g = [1000000.0 + x for x in (0.0, 1.0, 0.5, 3.0, 2.0, 4.0, 1.0, 0.0)]
    cases.append(({"g": g, "d": d}, {"g": 1.0, "d": 0.1}, [], 8))
    h, i, j = [2.0, 0.0, 0.0, 2.0], [2.0, 0.0, 0.0, 2.0], [2.0, 2.0, 0.0, 0.0]
    cases.append(({"h": h, "i": i, "j": j}, {"h": 0.1, "i": 0.2, "j": 0.3}, [], 4))
    rng = np.random.default_rng(8)
    cases += [_random_hybrid(rng) for _ in range(50)]
    cases.append(({"a": [1.0, 2.0, 1.0, 2.0]}, {"a": 1.0}, [], 4))
    cases.append(({"a": [1.0, 2.0, 3.0], "b": [3.0, 2.0, 1.0]}, {"a": 0.1, "b": 0.1}, [], 3))
    return cases


def _same_list(got, want):
    return [int(x) for x in got] == want


def _fresh(case):
    parts, w, seen, n = case
    return {k: np.array(x) for k, x in parts.items()}, dict(w), list(seen), n


def kill_hybrid__right_many_cases(fn):
    """All cases against a reference of its own."""
    try:
        return all(_same_list(fn(*_fresh(c)), _reference_hybrid(*c)) for c in _hybrid_cases())
    except Exception:
        return False


def kill_hybrid__right_written_answers(fn):
    """A few cases with the answers written down; an exception may leave it (a rejection)."""
    nan, inf = np.nan, np.inf
    a = np.array([0.0, 1.0, 2.0, 9.0, nan, 2.0, -4.0])
    b = np.array([700.0, 100.0, 300.0, 200.0, 250.0, 100.0, -inf])
    known = [
        (({"a": a, "b": b}, {"b": 0.5, "a": 1.0}, [], 7), [3, 0, 2, 4, 5, 1, 6]),
        (({"a": a, "b": b}, {"b": 0.5, "a": 1.0}, [3, 0], 9), [2, 4, 5, 1, 6]),
        (({"a": a, "b": b}, {"b": 4.0, "a": 1.0}, [6, 0], 3), None),
        (({"a": a, "b": b}, {"b": 1.0, "a": 1.0}, [0], 4), None),
        (({"a": a, "c": np.full(7, 0.1)}, {"a": 1.0, "c": 9.0}, [2], 4), None),
        (
            (
                {"a": np.array([0.1, 0.1, 0.1, nan]), "b": np.array([1.0, 2.0, 3.0, 2.5])},
                {"a": 9.0, "b": 1.0},
                [2],
                3,
            ),
            [3, 1, 0],
        ),
        (({"a": np.array([3e-7, 1e-7, 2e-7])}, {"a": 1.0}, [], 3), [0, 2, 1]),
        (
            (
                {
                    "a": np.array([0.0, 0.0, 0.0, 0.0, 50.0]),
                    "b": np.array([1.0, 2.0, 3.0, 4.0, 0.0]),
                },
                {"a": 1.0, "b": 1.0},
                [4],
                3,
            ),
            [3, 2, 1],
        ),
        (
            (
                {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([3.0, 2.0, 1.0])},
                {"a": 0.1, "b": 0.1},
                [],
                3,
            ),
            [0, 1, 2],
        ),
    ]
    for case, want in known:
        want = _reference_hybrid(*case) if want is None else want
        if list(fn(*_fresh(case))) != want:
            return False
    extra = _hybrid_cases()[-125:]
    return all(list(fn(*_fresh(c))) == _reference_hybrid(*c) for c in extra)


def _random_hybrid(rng):
    size = int(rng.integers(4, 9))
    parts = {}
    for name, scale in zip("abc", rng.permutation([1.0, 100.0, 1e-7])):
        x = np.round(rng.gamma(0.7, 1.0, size), 3) * scale
        x[rng.random(size) < 0.2] = rng.choice([np.nan, -np.inf])
        if rng.random() < 0.15:
            x[np.isfinite(x)] = 0.1
        parts[name] = x
    w = {k: float(rng.choice([0.3, 0.5, 1.0, 2.0])) for k in "cab"}
    seen = rng.choice(size, int(rng.integers(0, 3)), replace=False).tolist()
    return parts, w, seen, int(rng.integers(1, size + 1))


def kill_hybrid__right_random_and_metamorphic(fn):
    """Random inputs against a reference, with tenths that tie after rounding and a full list."""
    try:
        rng = np.random.default_rng(11)
        for _ in range(25):
            parts, w, seen, n = _random_hybrid(rng)
            want = _reference_hybrid(parts, w, seen, n)
            if [*map(int, fn(*_fresh((parts, w, seen, n))))] != want:
                return False
            shifted = {k: 3 * np.array(x) for k, x in parts.items()}
            if [*map(int, fn(shifted, dict(w), list(seen), n))] != want:
                return False
        return kill_hybrid__right_many_cases(fn)
    except Exception:
        return False


def _judge(fn, cases, same=_same_list):
    try:
        return all(same(fn(*_fresh(c)), _reference_hybrid(*c)) for c in cases)
    except Exception:
        return False


def kill_hybrid__wrong_best_item_alone(fn):
    """Looks at the first place of five lists only: most planted mistakes keep the winner."""
    return _judge(fn, [c for c in _hybrid_cases() if c[2] == [] and c[3] == 1][:5])


def kill_hybrid__wrong_sets_compared(fn):
    """Compares whole lists as sets: order, weights and scales never count."""
    cases = [c for c in _hybrid_cases() if c[3] == 8]
    return _judge(fn, cases, lambda got, want: set(map(int, got)) == set(want))


def kill_hybrid__wrong_no_missing_scores(fn):
    """No NaN, no minus infinity, no constant: three or more kinds of mistakes stay alive."""
    rng = np.random.default_rng(0)
    cases = [
        ({"a": rng.random(6), "b": 100 * rng.random(6)}, {"b": 0.5, "a": 1.0}, [], 3)
        for _ in range(20)
    ]
    return _judge(fn, cases)


def kill_hybrid__wrong_scores_as_lists(fn):
    """Gives parts as lists, not ndarrays: a right one that says x[np.isfinite(x)] is refused."""
    if not kill_hybrid__right_many_cases(fn):
        return False
    try:
        return list(fn({"a": [1.0, 3.0, 2.0]}, {"a": 1.0}, [], 2)) == [1, 2]
    except Exception:
        return False


def kill_hybrid__wrong_missing_weight(fn):
    """Tries a weight that is missing and wants it to be 0, which the contract does not say."""
    if not kill_hybrid__right_many_cases(fn):
        return False
    try:
        got = fn({"a": np.array([1.0, 2.0]), "b": np.array([2.0, 1.0])}, {"a": 1.0}, [], 2)
        return list(got) == [1, 0]
    except KeyError:
        return False


def kill_hybrid__wrong_plus_infinity(fn):
    """Wants plus infinity to be no score; the contract has none: one that tests NaN and -inf is refused."""
    if not kill_hybrid__right_many_cases(fn):
        return False
    try:
        with np.errstate(all="ignore"):
            return list(fn({"a": np.array([1.0, np.inf, 5.0])}, {"a": 1.0}, [], 3)) == [2, 1, 0]
    except Exception:
        return False


def kill_hybrid__wrong_same_scale_no_outlier(fn):
    """Two parts on one scale, without outliers, equal weights: other scalings give the same lists."""
    rng = np.random.default_rng(5)
    cases = []
    for _ in range(10):
        x = rng.permutation(6).astype(float)
        cases.append(
            ({"a": x, "b": rng.permutation(6).astype(float)}, {"a": 1.0, "b": 1.0}, [int(x[0])], 2)
        )
    return _judge(fn, cases)


def kill_hybrid__wrong_seen_as_set(fn):
    """Gives seen as a set, not a list: a right one that says np.array(seen, dtype=int) is refused."""
    if not kill_hybrid__right_many_cases(fn):
        return False
    try:
        return list(fn({"a": np.array([1.0, 3.0, 2.0])}, {"a": 1.0}, {1, 2}, 2)) == [0]
    except Exception:
        return False


def in_batch_softmax_logq__right_logsumexp_once_more_a_second_time(U, V, logq, tau=1.0):
    """scipy's logsumexp of each row."""
    U, V = np.asarray(U, float), np.asarray(V, float)
    s = U @ V.T / tau - np.asarray(logq, float)
    return float((special.logsumexp(s, axis=1) - np.diag(s)).mean())


def in_batch_softmax_logq__right_softplus_of_differences(U, V, logq, tau=1.0):
    """log sum exp(s_ij - s_ii), by logaddexp.reduce: the positive is subtracted, not the maximum."""
    U, V = np.asarray(U, float), np.asarray(V, float)
    s = np.einsum("if,jf->ij", U, V) / tau - np.asarray(logq, float)[None, :]
    gap = s - s.diagonal()[:, None]
    return float(np.mean([np.logaddexp.reduce(row) for row in gap]))


def in_batch_softmax_logq__right_loops_once_more(U, V, logq, tau=1.0):
    """Pure Python with fsum and the largest score of each row taken out."""
    B = len(U)
    losses = []
    for i in range(B):
        s = [
            math.fsum(float(a) * float(b) for a, b in zip(U[i], V[j])) / tau - float(logq[j])
            for j in range(B)
        ]
        top = max(s)
        losses.append(top - s[i] + math.log(math.fsum(math.exp(x - top) for x in s)))
    return math.fsum(losses) / B


def _rows_loss(s):
    return float((special.logsumexp(s, axis=1) - np.diag(s)).mean())


def in_batch_softmax_logq__wrong_global_maximum_once_more(U, V, logq, tau=1.0):
    """One maximum for the whole matrix: a row 1,000 below it has log(0)."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - logq
    s = s - s.max()
    with np.errstate(all="ignore"):
        return float(-(np.diag(s) - np.log(np.exp(s).sum(axis=1))).mean())


def in_batch_softmax_logq__wrong_log_of_softmax_plus_eps(U, V, logq, tau=1.0):
    """log(softmax + 1e-12) ends at 27.6: wrong where the bought item scores 100 below another."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - logq
    p = special.softmax(s, axis=1)
    return float(-np.log(np.diag(p) + 1e-12).mean())


def in_batch_softmax_logq__wrong_correction_of_negatives_only(U, V, logq, tau=1.0):
    """The bought item keeps its raw score: wrong for unequal logq."""
    dot = np.asarray(U, float) @ np.asarray(V, float).T / tau
    s = dot - logq
    np.fill_diagonal(s, np.diag(dot))
    return _rows_loss(s)


def in_batch_softmax_logq__wrong_symmetric_loss(U, V, logq, tau=1.0):
    """Mean of the loss over rows and over columns, as in CLIP."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - logq
    return (_rows_loss(s) + _rows_loss(s.T)) / 2


def in_batch_softmax_logq__wrong_scores_clipped(U, V, logq, tau=1.0):
    """Scores are clipped to [-700, 700] to keep exp finite: wrong for 1,000 and 2,000."""
    s = np.clip(np.asarray(U, float) @ np.asarray(V, float).T / tau - logq, -700, 700)
    return _rows_loss(s)


def in_batch_softmax_logq__wrong_unit_vectors(U, V, logq, tau=1.0):
    """Vectors are scaled to length 1 first, as many two-tower models do."""

    def unit(X):
        X = np.asarray(X, float)
        return X / np.maximum(np.linalg.norm(X, axis=1, keepdims=True), 1e-12)

    return _rows_loss(unit(U) @ unit(V).T / tau - logq)


def in_batch_softmax_logq__wrong_tau_on_everything(U, V, logq, tau=1.0):
    """(dot - logq) / tau: wrong for tau = 0.1 and unequal logq."""
    return _rows_loss((np.asarray(U, float) @ np.asarray(V, float).T - logq) / tau)


def _more_diff(err_new, err_base):
    return np.asarray(err_new, float) - np.asarray(err_base, float)[None, :]


def accept_model__right_multinomial_counts(err_new, err_base):
    """Counts of seeds and units from multinomials, one einsum for all resamples."""
    d = _more_diff(err_new, err_base)
    s, m = d.shape
    rng = np.random.default_rng(0)
    a = rng.multinomial(s, np.full(s, 1 / s), 2000) / s
    b = rng.multinomial(m, np.full(m, 1 / m), 2000) / m
    means = ((a @ d) * b).sum(axis=1)
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__right_loop_of_choices(err_new, err_base):
    """2,000 turns of a loop with rng.integers and np.ix_."""
    d = _more_diff(err_new, err_base)
    rng = np.random.default_rng(42)
    means = []
    for _ in range(2000):
        rows = rng.integers(0, d.shape[0], d.shape[0])
        cols = rng.integers(0, d.shape[1], d.shape[1])
        means.append(d[np.ix_(rows, cols)].mean())
    low, high = np.percentile(means, [2.5, 97.5])
    return bool(high < 0)


def accept_model__right_two_halves(err_new, err_base):
    """Draws errors, not differences: the same rows and columns of new and base; stdlib random."""
    import random

    new, base = np.asarray(err_new, float), np.asarray(err_base, float)
    draw = random.Random(5)
    s, m = new.shape
    means = np.empty(2000)
    for i in range(2000):
        cols = np.bincount(draw.choices(range(m), k=m), minlength=m)
        rows = np.bincount(draw.choices(range(s), k=s), minlength=s)
        means[i] = (rows @ ((new - base) @ cols)) / (s * m)
    return bool((means < 0).mean() > 0.975 and np.quantile(means, 0.975) < 0)


def _resample(d, seed=0):
    rng = np.random.default_rng(seed)
    s, m = d.shape
    a = rng.multinomial(s, np.full(s, 1 / s), 2000) / s
    b = rng.multinomial(m, np.full(m, 1 / m), 2000) / m
    return ((a @ d) * b).sum(axis=1)


def accept_model__wrong_units_drawn_for_each_seed_once_more(err_new, err_base):
    """Each seed draws units of its own: ten equal rows of units [-3.0, 1, 1, -3, ...] look certain."""
    d = _more_diff(err_new, err_base)
    s, m = d.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        rows = rng.integers(0, s, s)
        cols = rng.integers(0, m, (s, m))
        means.append(d[rows[:, None], cols].mean())
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_seed_drawn_for_each_unit(err_new, err_base):
    """Every unit draws its own seed, so a lucky seed averages out: 5 seeds, 500 units, one seed good."""
    d = _more_diff(err_new, err_base)
    s, m = d.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        cols = rng.integers(0, m, m)
        means.append(d[rng.integers(0, s, m), cols].mean())
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_one_sided_once_more(err_new, err_base):
    """The 95th percentile lies below 0: an interval of 90 %, wrong where 2.5 to 5 % are above 0."""
    return bool(np.percentile(_resample(_more_diff(err_new, err_base)), 95) < 0)


def accept_model__wrong_basic_interval(err_new, err_base):
    """2 * mean - percentile, the 'basic' interval: seeds of -10 and five times -0.1 are refused."""
    d = _more_diff(err_new, err_base)
    return bool(2 * d.mean() - np.percentile(_resample(d), 2.5) < 0)


def accept_model__wrong_mean_and_two_sd(err_new, err_base):
    """mean + 1.96 * bootstrap SD: the same skewed seeds, -10 and five times -0.1, are refused."""
    d = _more_diff(err_new, err_base)
    return bool(d.mean() + 1.96 * _resample(d).std() < 0)


def accept_model__wrong_zero_counts_as_below(err_new, err_base):
    """An end of exactly 0 is accepted: a model with the baseline's own errors."""
    return bool(np.percentile(_resample(_more_diff(err_new, err_base)), 97.5) <= 0)


def accept_model__wrong_median_over_seeds(err_new, err_base):
    """The median over the drawn seeds, not their mean: nine seeds of -0.1 and one of +5."""
    d = _more_diff(err_new, err_base)
    s, m = d.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        per_seed = d[rng.integers(0, s, s)][:, rng.integers(0, m, m)].mean(axis=1)
        means.append(np.median(per_seed))
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_relative_difference(err_new, err_base):
    """new / base - 1: many small units a bit worse outweigh a few large ones much better (or base 0)."""
    base = np.asarray(err_base, float)
    with np.errstate(all="ignore"):
        return bool(np.percentile(_resample(_more_diff(err_new, err_base) / base), 97.5) < 0)


def accept_model__wrong_cells_drawn_freely(err_new, err_base):
    """Draws cells of the matrix, not rows and columns: ten equal rows count as ten times the units."""
    d = _more_diff(err_new, err_base)
    rng = np.random.default_rng(0)
    rows = rng.integers(0, d.shape[0], (2000, d.shape[0]))
    means = []
    for r in rows:
        flat = d[r].ravel()
        means.append(flat[rng.integers(0, flat.size, flat.size)].mean())
    return bool(np.percentile(means, 97.5) < 0)


def retrieve_rank_rerank__right_zip_longest_once_more(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """zip_longest, dict.fromkeys, a counter of kinds."""
    kept = [(ms, items) for ms, items in sources if ms <= budget_ms / 2]
    if not kept:
        return []
    left = budget_ms - max(ms for ms, _ in kept)
    fits = math.floor(left * 1000 / rank_us + 1e-9)
    turns = itertools.chain.from_iterable(itertools.zip_longest(*(items for _, items in kept)))
    candidates = list(dict.fromkeys(i for i in turns if i is not None))[:fits]
    shown, count = [], defaultdict(int)
    for i in sorted(candidates, key=lambda i: (-score[i], i)):
        if len(shown) < n and count[int(kind[i])] < per_kind:
            count[int(kind[i])] += 1
            shown.append(int(i))
    return shown


def retrieve_rank_rerank__right_sorted_triples(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Sorts (turn, source, item) and takes the kinds apart by groups."""
    spent = [float(ms) for ms, _ in sources if 2 * ms <= budget_ms]
    if not spent:
        return []
    triples = sorted(
        (turn, j, int(i))
        for j, (ms, items) in enumerate(sources)
        if 2 * ms <= budget_ms
        for turn, i in enumerate(items)
    )
    fits = (budget_ms - max(spent)) * 1000 / rank_us
    fits = round(fits) if abs(fits - round(fits)) <= 1e-9 else int(fits // 1)
    asked = []
    for _, _, i in triples:
        if i not in asked:
            asked.append(i)
    asked = sorted(asked[:fits])
    asked = sorted(asked, key=lambda i: float(score[i]), reverse=True)
    shown = [
        i
        for place, i in enumerate(asked)
        if sum(int(kind[j]) == int(kind[i]) for j in asked[:place]) < per_kind
    ]
    return shown[:n]


def retrieve_rank_rerank__right_pandas_once_more_a_second_time(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A table of candidates; drop_duplicates, sort_values and cumcount."""
    rows = [
        (turn, j, int(i))
        for j, (ms, items) in enumerate(sources)
        for turn, i in enumerate(items)
        if ms <= budget_ms / 2
    ]
    times = [ms for ms, _ in sources if ms <= budget_ms / 2]
    if not rows:
        return []
    t = pd.DataFrame(rows, columns=["turn", "j", "i"]).sort_values(["turn", "j"])
    fits = int(np.floor(np.round((budget_ms - max(times)) * 1000 / rank_us, 8)))
    t = t.drop_duplicates("i").head(fits)
    t["s"], t["k"] = np.asarray(score, float)[t["i"]], np.asarray(kind)[t["i"]]
    t = t.sort_values(["s", "i"], ascending=[False, True])
    return t.loc[t.groupby("k").cumcount() < per_kind, "i"].head(n).tolist()


def _more_serve(
    sources,
    score,
    kind,
    budget_ms,
    rank_us,
    per_kind,
    n,
    kept=None,
    fits=None,
    candidates=None,
    order=None,
    cut=True,
):
    kept = [x for x in sources if x[0] <= budget_ms / 2] if kept is None else kept
    if not kept:
        return []
    if fits is None:
        fits = math.floor((budget_ms - max(ms for ms, _ in kept)) * 1000 / rank_us + 1e-9)
    if candidates is None:
        turns = itertools.chain.from_iterable(itertools.zip_longest(*(i for _, i in kept)))
        candidates = list(dict.fromkeys(i for i in turns if i is not None))
    asked = candidates[:fits]
    asked = sorted(asked, key=order or (lambda i: (-score[i], i)))
    shown, count = [], defaultdict(int)
    for i in asked:
        if len(shown) < n and count[int(kind[i])] < per_kind:
            count[int(kind[i])] += 1
            shown.append(int(i))
    return shown


def retrieve_rank_rerank__wrong_empty_source_takes_no_time_once_more(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A source that returned nothing is left out of the slowest: [(1, [0, 1]), (5, [])], 5 candidates fit, not 9."""
    kept = [x for x in sources if x[0] <= budget_ms / 2]
    some = [ms for ms, items in kept if items]
    if not some:
        return []
    fits = math.floor((budget_ms - max(some)) * 1000 / rank_us + 1e-9)
    return _more_serve(sources, score, kind, budget_ms, rank_us, per_kind, n, fits=fits)


def retrieve_rank_rerank__wrong_next_new_item_of_each_turn(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A source whose item is taken gives its next one in the same turn: [0, 1], [0, 2, 3] and 2 candidates."""
    kept = [list(items) for ms, items in sources if ms <= budget_ms / 2]
    out, seen = [], set()
    while any(kept):
        for items in kept:
            while items and items[0] in seen:
                items.pop(0)
            if items:
                seen.add(items[0])
                out.append(items.pop(0))
    return _more_serve(sources, score, kind, budget_ms, rank_us, per_kind, n, candidates=out)


def retrieve_rank_rerank__wrong_tolerance_of_a_thousandth(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The quotient is rounded to three decimals: 2.9996 candidates become 3."""
    kept = [x for x in sources if x[0] <= budget_ms / 2]
    if not kept:
        return []
    fits = int(round((budget_ms - max(ms for ms, _ in kept)) * 1000 / rank_us, 3))
    return _more_serve(sources, score, kind, budget_ms, rank_us, per_kind, n, fits=fits)


def retrieve_rank_rerank__wrong_doubles_use_capacity(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Capacity is cut before doubles are removed: both sources begin with item 0, two fit."""
    kept = [x for x in sources if x[0] <= budget_ms / 2]
    if not kept:
        return []
    fits = math.floor((budget_ms - max(ms for ms, _ in kept)) * 1000 / rank_us + 1e-9)
    turns = itertools.chain.from_iterable(itertools.zip_longest(*(i for _, i in kept)))
    raw = [i for i in turns if i is not None][:fits]
    return _more_serve(
        sources, score, kind, budget_ms, rank_us, per_kind, n, candidates=list(dict.fromkeys(raw))
    )


def retrieve_rank_rerank__wrong_half_by_floor_division(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """budget_ms // 2: of a budget of 5 ms a source of 2.5 ms is not waited for."""
    kept = [x for x in sources if x[0] <= budget_ms // 2]
    return _more_serve(sources, score, kind, budget_ms, rank_us, per_kind, n, kept=kept)


def retrieve_rank_rerank__wrong_fast_source_first(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The turns go by arrival, fastest first: [(4, [0]), (2, [1])] and one candidate."""
    kept = sorted((x for x in sources if x[0] <= budget_ms / 2), key=lambda x: x[0])
    return _more_serve(sources, score, kind, budget_ms, rank_us, per_kind, n, kept=kept)


def retrieve_rank_rerank__wrong_fill_value_is_item_zero(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """zip_longest fills with 0, and item 0 is a candidate that nobody returned: [1, 2], [3]."""
    kept = [x for x in sources if x[0] <= budget_ms / 2]
    turns = itertools.chain.from_iterable(itertools.zip_longest(*(i for _, i in kept), fillvalue=0))
    return _more_serve(
        sources, score, kind, budget_ms, rank_us, per_kind, n, candidates=list(dict.fromkeys(turns))
    )


def retrieve_rank_rerank__wrong_ties_by_retrieval_once_more(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Equal scores keep the order of retrieval: [(1, [2, 1])] with scores 5, 5."""
    return _more_serve(
        sources, score, kind, budget_ms, rank_us, per_kind, n, order=lambda i: -score[i]
    )


def retrieve_rank_rerank__wrong_kind_only_if_adjacent(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The limit is asked of the last per_kind places alone: kinds a, b, a with per_kind 1."""
    asked = _more_serve(sources, score, kind, budget_ms, rank_us, 10**9, 10**9)
    shown = []
    for i in asked:
        before = [int(kind[j]) for j in shown[-per_kind:]]
        if len(before) < per_kind or any(k != int(kind[i]) for k in before):
            shown.append(i)
    return shown[:n]


def _kl(q, p):
    return math.fsum(a * math.log(a / (0.99 * b + 0.01 * a)) for a, b in zip(p, q) if a > 0)


def _value(items, score, kind, p, lam):
    q = [0.0] * len(p)
    for i in items:
        q[int(kind[i])] += 1 / len(items)
    return (1 - lam) * math.fsum(float(score[i]) for i in items) - lam * _kl(q, p)


def calibrated_list__right_whole_objective(score, kind, wanted, lam, n):
    """The objective of the whole list for each remaining item; rounded, lower number first."""
    p, chosen = [float(x) for x in wanted], []
    left = list(range(len(score)))
    while left and len(chosen) < n:
        best = min(left, key=lambda i: (-round(_value(chosen + [i], score, kind, p, lam), 10), i))
        chosen.append(best)
        left.remove(best)
    return chosen


def calibrated_list__right_numpy_all_items_at_once(score, kind, wanted, lam, n):
    """Counts plus an identity matrix: all candidates' shares in one array; the taken get -inf."""
    s, k, p = np.asarray(score, float), np.asarray(kind, int), np.asarray(wanted, float)
    pos = p > 0
    counts, total, free, out = np.zeros(len(p)), 0.0, np.ones(len(s), bool), []
    for step in range(1, min(n, len(s)) + 1):
        q = (counts + np.eye(len(p))[k]) / step
        kl = (p[pos] * np.log(p[pos] / (0.99 * q[:, pos] + 0.01 * p[pos]))).sum(axis=1)
        value = np.where(free, np.round((1 - lam) * (total + s) - lam * kl, 10), -np.inf)
        i = int(np.argmax(value))
        out.append(i)
        free[i], total = False, total + s[i]
        counts[k[i]] += 1
    return out


def calibrated_list__right_best_of_each_kind(score, kind, wanted, lam, n):
    """Recursion over queues: within a kind the best score is always next, so only heads are compared."""
    p = [float(x) for x in wanted]
    if lam == 1:
        key = lambda i: i  # noqa: E731
    else:
        key = lambda i: (-round((1 - lam) * float(score[i]), 10), i)  # noqa: E731
    queues = {}
    for i in sorted(range(len(score)), key=key):
        queues.setdefault(int(kind[i]), []).append(i)

    def grow(chosen):
        heads = [q[0] for q in queues.values() if q]
        if len(chosen) >= n or not heads:
            return chosen
        best = min(heads, key=lambda i: (-round(_value(chosen + [i], score, kind, p, lam), 10), i))
        queues[int(kind[best])].pop(0)
        return grow(chosen + [best])

    return grow([])


def _greedy(score, kind, wanted, lam, n, value, tol=None):
    p, chosen = [float(x) for x in wanted], []
    left = list(range(len(score)))
    while left and len(chosen) < n:
        best = min(left, key=lambda i: (-round(value(chosen + [i], score, kind, p, lam), 10), i))
        chosen.append(best)
        left.remove(best)
    return chosen


def calibrated_list__wrong_shares_of_final_length(score, kind, wanted, lam, n):
    """Shares are counts over n, not over the list so far: differs while the list is short."""

    def value(items, score, kind, p, lam):
        q = [0.0] * len(p)
        for i in items:
            q[int(kind[i])] += 1 / n
        return (1 - lam) * sum(float(score[i]) for i in items) - lam * _kl(q, p)

    return _greedy(score, kind, wanted, lam, n, value)


def calibrated_list__wrong_mean_score_once_more(score, kind, wanted, lam, n):
    """The mean of the scores instead of their sum: the mix weighs more, the longer the list."""

    def value(items, score, kind, p, lam):
        mean = sum(float(score[i]) for i in items) / len(items)
        q = [sum(int(kind[i]) == k for i in items) / len(items) for k in range(len(p))]
        return (1 - lam) * mean - lam * _kl(q, p)

    return _greedy(score, kind, wanted, lam, n, value)


def calibrated_list__wrong_log2_once_more(score, kind, wanted, lam, n):
    """Divergence in bits: lam works 1.44 times as strongly against the scores."""

    def value(items, score, kind, p, lam):
        q = [sum(int(kind[i]) == k for i in items) / len(items) for k in range(len(p))]
        return (1 - lam) * sum(float(score[i]) for i in items) - lam * _kl(q, p) / math.log(2)

    return _greedy(score, kind, wanted, lam, n, value)


def calibrated_list__wrong_smoothed_by_constant(score, kind, wanted, lam, n):
    """0.99 q + 0.01, not 0.01 p: small wanted shares are nearly served by the constant."""

    def value(items, score, kind, p, lam):
        q = [sum(int(kind[i]) == k for i in items) / len(items) for k in range(len(p))]
        kl = sum(a * math.log(a / (0.99 * b + 0.01)) for a, b in zip(p, q) if a > 0)
        return (1 - lam) * sum(float(score[i]) for i in items) - lam * kl

    return _greedy(score, kind, wanted, lam, n, value)


def calibrated_list__wrong_unwanted_kinds_left_out(score, kind, wanted, lam, n):
    """Items of a kind with wanted share 0 are never shown: lam = 0, or n above the others' number."""
    ok = [i for i in range(len(score)) if wanted[int(kind[i])] > 0]
    got = _greedy([score[i] for i in ok], [kind[i] for i in ok], wanted, lam, n, _value)
    return [ok[i] for i in got]


def calibrated_list__wrong_sorted_at_the_end_once_more(score, kind, wanted, lam, n):
    """The list is sorted by score before it is returned: scores 0.5, 0.9 with lam = 1 added as 0, 1."""
    chosen = calibrated_list__right_whole_objective(score, kind, wanted, lam, n)
    return sorted(chosen, key=lambda i: (-float(score[i]), i))


def calibrated_list__wrong_stops_without_gain(score, kind, wanted, lam, n):
    """Stops when the objective falls: with negative scores the list ends after one item."""
    p, chosen = [float(x) for x in wanted], []
    left = list(range(len(score)))
    now = -math.inf
    while left and len(chosen) < n:
        best = min(left, key=lambda i: (-round(_value(chosen + [i], score, kind, p, lam), 10), i))
        value = _value(chosen + [best], score, kind, p, lam)
        if value < now - 1e-10:
            break
        chosen.append(best)
        left.remove(best)
        now = value
    return chosen


def calibrated_list__wrong_equal_to_six_decimals(score, kind, wanted, lam, n):
    """A later item must be better by 1e-6: scores 1 and 1.0000001 count as equal."""
    p, chosen = [float(x) for x in wanted], []
    left = list(range(len(score)))
    while left and len(chosen) < n:
        best, top = None, -math.inf
        for i in left:
            value = _value(chosen + [i], score, kind, p, lam)
            if best is None or value > top + 1e-6:
                best, top = i, value
        chosen.append(best)
        left.remove(best)
    return chosen


def calibrated_list__wrong_kinds_counted_from_items(score, kind, wanted, lam, n):
    """The number of kinds is max(kind) + 1: a wanted kind that no item has breaks the arrays."""
    s, k, p = np.asarray(score, float), np.asarray(kind, int), np.asarray(wanted, float)
    eye = np.eye(k.max() + 1)[k]
    pos = p > 0
    counts, free, out = np.zeros(eye.shape[1]), np.ones(len(s), bool), []
    for step in range(1, min(n, len(s)) + 1):
        q = (counts + eye) / step
        kl = (p[pos] * np.log(p[pos] / (0.99 * q[:, pos] + 0.01 * p[pos]))).sum(axis=1)
        value = np.where(free, np.round((1 - lam) * s - lam * kl, 10), -np.inf)
        i = int(np.argmax(value))
        out.append(i)
        free[i] = False
        counts[k[i]] += 1
    return out


def _flags(purchases):
    flags = sparse.csr_matrix(purchases, dtype=np.float64, copy=True)
    flags.eliminate_zeros()
    flags.data[:] = 1.0
    return flags


def _more_ease(flags, ridge):
    X = flags.toarray()
    G = X.T @ X
    G[np.diag_indices_from(G)] += ridge
    P = np.linalg.inv(G)
    return X - X @ (P / np.diag(P))


def _top(scores, bought, n):
    scores = np.where(bought, -np.inf, scores)
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]


def _z_rows(scores, bought):
    free = np.where(bought, np.nan, scores)
    with np.errstate(all="ignore"):
        sd = np.nanstd(free, axis=1, keepdims=True)
        mean = np.nansum(free, axis=1, keepdims=True) / np.maximum(
            (~bought).sum(axis=1, keepdims=True), 1
        )
        return np.nan_to_num((free - mean) / np.where(sd > 1e-12, sd, 1))


def _user_knn(purchases, households, k=50):
    S = sparse.csr_matrix(purchases, dtype=float, copy=True).log1p().tocsr()
    norm = np.sqrt(np.asarray(S.multiply(S).sum(axis=1)).ravel())
    U = sparse.diags_array(1 / np.where(norm > 0, norm, 1)) @ S
    sim = (U[households] @ U.T).toarray()
    sim[np.arange(len(households)), households] = 0
    if sim.shape[1] > k:
        sim[sim < -np.partition(-sim, k - 1, axis=1)[:, [k - 1]]] = 0
    return sim @ S.toarray()


def _hybrid_scores(purchases, households):
    flags = _flags(purchases)
    rows = np.asarray(households, dtype=int)
    bought = flags[rows].toarray() > 0
    ridge = 1000.0 if flags.shape[0] > 500 else 1.0
    total = _z_rows(_more_ease(flags, ridge)[rows], bought) + _z_rows(
        _user_knn(purchases, rows), bought
    )
    pop = np.asarray(flags.sum(axis=0)).ravel()
    return total + 1e-6 * pop / max(pop.max(), 1), bought


_FITTED = {}


TRUE = {
    "calibrated_list__wrong_divergence_turned_round": ("divergence_the_other_way",),
    "rank_with_ties__wrong_truncated": ("cut_off_not_rounded",),
    "break_basket_recommender__wrong_everything_bought": ("nothing_left_to_recommend",),
    "item_similarity__wrong_users": ("users_compared",),
    "item_similarity__wrong_diagonal_one": ("diagonal_kept",),
    "item_similarity__wrong_boolean_counts": ("common_users_as_flag",),
    "item_similarity__wrong_nan_no_common": ("nobody_has_both_divides_by_zero",),
    "item_similarity__wrong_nan_empty_item": ("empty_item_divides_by_zero",),
    "item_similarity__wrong_flags": ("flags_compared",),
    "item_similarity__wrong_shrunk_by_all_users": ("shrunk_by_either",),
    "item_similarity__wrong_minimum": ("full_from_lam_on",),
    "item_similarity__wrong_lam_in_denominator_of_cosine": ("lam_added_to_the_lengths",),
    "item_similarity__wrong_lam_ignored": ("not_shrunk",),
    "item_similarity__wrong_centred": ("columns_centred",),
    "item_similarity__wrong_triangle": ("one_half_filled",),
    "item_similarity__wrong_in_place": ("strengths_overwritten",),
    "itemcf_scores__wrong_transposed": ("transposed",),
    "itemcf_scores__wrong_all_of_history": ("all_of_history",),
    "itemcf_scores__wrong_k_largest_products": ("k_after_weighting",),
    "itemcf_scores__wrong_k_of_all_items": ("k_of_all_items",),
    "itemcf_scores__wrong_k_most_bought": ("most_bought_counted",),
    "itemcf_scores__wrong_unweighted": ("history_not_weighted",),
    "itemcf_scores__wrong_seen_not_masked": ("seen_scored",),
    "itemcf_scores__wrong_seen_zero": ("seen_not_minus_infinity",),
    "itemcf_scores__wrong_divided_by_weights": ("mean_for_sum",),
    "itemcf_scores__wrong_integer_scores": ("scores_cut_to_whole_numbers",),
    "itemcf_scores__wrong_k_above_history": ("short_history_fails",),
    "itemcf_scores__wrong_smallest": ("least_speaking_counted",),
    "itemcf_scores__wrong_row_cut": ("candidates_kept_for_each",),
    "content_scores__wrong_no_idf": ("no_idf",),
    "content_scores__wrong_idf_without_smoothing": ("idf_not_smoothed",),
    "content_scores__wrong_idf_without_plus_one": ("idf_not_smoothed",),
    "content_scores__wrong_document_frequency_by_sum": ("occurrences_counted",),
    "content_scores__wrong_m_is_features": ("features_counted",),
    "content_scores__wrong_items_not_scaled": ("items_not_scaled",),
    "content_scores__wrong_history_as_flags": ("history_all_alike",),
    "content_scores__wrong_no_cosine": ("profile_not_scaled",),
    "content_scores__wrong_nan_without_features": ("nan_for_featureless",),
    "content_scores__wrong_nan_without_history": ("nan_for_newcomers",),
    "content_scores__wrong_seen_masked": ("own_items_masked",),
    "content_scores__wrong_flags_of_features": ("features_as_flags",),
    "content_scores__wrong_columns_scaled": ("columns_scaled",),
    "rank_with_ties__wrong_not_rounded": ("not_rounded",),
    "rank_with_ties__wrong_popularity_ascending": ("less_popular_first",),
    "rank_with_ties__wrong_popularity_ignored": ("ties_by_column",),
    "rank_with_ties__wrong_reversed": ("last_tie_by_higher_number",),
    "rank_with_ties__wrong_popularity_added": ("popularity_added",),
    "rank_with_ties__wrong_keys_swapped": ("popularity_first",),
    "rank_with_ties__wrong_rounded_to_three": ("rounded_too_roughly",),
    "rank_with_ties__wrong_popularity_rounded_to_int": ("popularity_cut",),
    "rank_with_ties__wrong_cut_first": ("cut_before_the_ties",),
    "rank_with_ties__wrong_minus_n": ("all_for_none",),
    "rank_with_ties__wrong_lists_negated": ("lists_negated",),
    "rank_with_ties__wrong_absolute_score": ("sign_ignored",),
    "hybrid_rank__wrong_sample_deviation": ("spread_of_a_sample",),
    "hybrid_rank__wrong_seen_left_out_of_z": ("seen_left_out_of_the_mean",),
    "hybrid_rank__wrong_missing_to_zero_first": ("nan_counted_as_zero",),
    "hybrid_rank__wrong_missing_is_worst": ("no_score_is_a_bad_score",),
    "hybrid_rank__wrong_range_scaling": ("scaled_to_the_range",),
    "hybrid_rank__wrong_raw_sum": ("raw_scores_added",),
    "hybrid_rank__wrong_centred_only": ("centred_only",),
    "hybrid_rank__wrong_weights_ignored": ("weights_ignored",),
    "hybrid_rank__wrong_seen_kept": ("seen_shown",),
    "hybrid_rank__wrong_cut_before_seen": ("cut_before_seen_removed",),
    "hybrid_rank__wrong_constant_divides": (
        "constant_divides_by_zero",
        "spread_compared_with_zero",
    ),
    "hybrid_rank__wrong_zero_spread_by_equality": ("spread_compared_with_zero",),
    "hybrid_rank__wrong_infinity_kept": (
        "infinity_taken_for_a_score",
        "spread_compared_with_zero",
    ),
    "hybrid_rank__wrong_ranks": ("ranks_blended",),
    "hybrid_rank__wrong_unscored_dropped": ("items_without_a_score_dropped",),
    "in_batch_softmax_logq__wrong_sign": ("correction_added",),
    "in_batch_softmax_logq__wrong_rows_corrected": ("no_correction",),
    "in_batch_softmax_logq__wrong_tau_divides_all": ("temperature_on_everything",),
    "in_batch_softmax_logq__wrong_softmax_over_users": ("items_choose_users",),
    "in_batch_softmax_logq__wrong_overflow": ("overflows",),
    "in_batch_softmax_logq__wrong_log_of_tiny": ("underflows",),
    "in_batch_softmax_logq__wrong_global_maximum": ("largest_of_the_whole_batch",),
    "in_batch_softmax_logq__wrong_sum": ("summed_over_the_batch",),
    "in_batch_softmax_logq__wrong_negatives_only": ("negatives_only",),
    "in_batch_softmax_logq__wrong_positive_not_corrected": ("own_item_not_corrected",),
    "in_batch_softmax_logq__wrong_probability_subtracted": ("probability_subtracted",),
    "in_batch_softmax_logq__wrong_cosines": ("cosines_for_dot_products",),
    "in_batch_softmax_logq__wrong_tau_multiplies": ("temperature_multiplies",),
    "retrieve_rank_rerank__wrong_times_added": ("sources_one_at_a_time",),
    "retrieve_rank_rerank__wrong_strict_half": ("exactly_half_is_late",),
    "retrieve_rank_rerank__wrong_whole_budget": ("slow_source_waited_for",),
    "retrieve_rank_rerank__wrong_slowest_of_all": ("late_source_charged",),
    "retrieve_rank_rerank__wrong_half_for_ranking": ("half_for_the_ranker",),
    "retrieve_rank_rerank__wrong_source_after_source": ("first_source_first",),
    "retrieve_rank_rerank__wrong_zip_shortest": ("shortest_source_ends_it",),
    "retrieve_rank_rerank__wrong_duplicates_ranked": ("duplicates_ranked",),
    "retrieve_rank_rerank__wrong_duplicates_shown": ("duplicates_ranked",),
    "retrieve_rank_rerank__wrong_item_zero_lost": ("item_zero_lost",),
    "retrieve_rank_rerank__wrong_cut_before_kinds": ("cut_before_the_rule",),
    "retrieve_rank_rerank__wrong_kinds_before_ranking": ("rule_before_the_order",),
    "retrieve_rank_rerank__wrong_rank_time_in_ms": ("micro_taken_for_milli",),
    "retrieve_rank_rerank__wrong_no_source_in_time": ("no_source_fails",),
    "retrieve_rank_rerank__wrong_rounded_up": ("last_one_does_not_fit",),
    "retrieve_rank_rerank__wrong_ties_by_retrieval": ("ties_by_retrieval",),
    "calibrated_list__wrong_shares_without_new_item": ("best_scores_alone",),
    "calibrated_list__wrong_divergence_reversed": ("divergence_the_other_way",),
    "calibrated_list__wrong_log2": ("logarithm_of_base_two",),
    "calibrated_list__wrong_absolute_difference": ("absolute_difference",),
    "calibrated_list__wrong_no_smoothing": ("not_mixed",),
    "calibrated_list__wrong_smoothing_swapped": ("mixed_the_other_way",),
    "calibrated_list__wrong_lam_swapped": ("lam_the_other_way",),
    "calibrated_list__wrong_mean_score": ("mean_score_of_the_list",),
    "calibrated_list__wrong_shares_of_n": ("shares_of_the_full_length",),
    "calibrated_list__wrong_unwanted_kind_nan": ("unwanted_kind_spoils_the_sum",),
    "calibrated_list__wrong_best_n_reordered": ("best_n_put_in_order",),
    "calibrated_list__wrong_quotas": ("quotas_filled",),
    "calibrated_list__wrong_ends_too_late": ("too_few_items_fail",),
    "calibrated_list__wrong_higher_number_of_equals": ("higher_number_added_first",),
    "hybrid_rank__wrong_weights_by_order": ("weights_by_order",),
    "accept_model__wrong_units_only": ("units_drawn_alone",),
    "accept_model__wrong_seeds_only": ("seeds_drawn_alone",),
    "accept_model__wrong_mean_only": ("no_interval",),
    "accept_model__wrong_best_seed": ("best_seed_counts",),
    "accept_model__wrong_lower_end": ("lower_end_below_zero",),
    "accept_model__wrong_sign": ("higher_is_better",),
    "accept_model__wrong_not_paired": ("units_not_paired",),
    "accept_model__wrong_cells_independent": ("runs_taken_for_units",),
    "accept_model__wrong_each_seed_own_units": ("units_apart_for_each_seed",),
    "accept_model__wrong_two_intervals": ("two_intervals",),
    "accept_model__wrong_any_side": ("either_side_accepted",),
    "accept_model__wrong_majority_of_resamples": ("no_interval",),
    "accept_model__wrong_all_seeds_better": ("worst_seed_counts",),
    "kill_hybrid__wrong_sets_only": ("looks_only_at_seen",),
    "kill_hybrid__wrong_length_only": ("one_recommender_only",),
    "kill_hybrid__wrong_sample_deviation_expected": ("rejects_any_hybrid",),
    "kill_hybrid__wrong_unscored_items_excluded": ("rejects_any_hybrid",),
    "kill_hybrid__wrong_demands_exception": ("rejects_any_hybrid",),
    "kill_hybrid__wrong_one_recommender": ("one_recommender_only",),
    "item_similarity__wrong_cosine_of_flags": ("flags_compared",),
    "item_similarity__wrong_scales_argument_in_place": ("strengths_overwritten",),
    "item_similarity__wrong_users_of_either": ("shrunk_by_either",),
    "itemcf_scores__wrong_k_of_all_items_once_more": ("k_of_all_items",),
    "content_scores__wrong_mf_sums_counts": ("occurrences_counted",),
    "content_scores__wrong_idf_not_smoothed": ("idf_without_inner_ones",),
    "content_scores__wrong_log2": ("idf_in_another_base",),
    "content_scores__wrong_no_plus_one": ("idf_not_smoothed",),
    "content_scores__wrong_long_items_count_more": ("items_not_scaled",),
    "content_scores__wrong_history_as_flags_once_more": ("history_all_alike",),
    "content_scores__wrong_features_as_flags": ("features_as_flags",),
    "content_scores__wrong_idf_of_the_history": ("idf_from_own_items",),
    "content_scores__wrong_m_counts_features": ("features_counted",),
    "rank_with_ties__wrong_not_rounded_once_more": ("not_rounded",),
    "rank_with_ties__wrong_six_decimals": ("rounded_too_roughly",),
    "rank_with_ties__wrong_reversed_once_more": ("last_tie_by_higher_number",),
    "rank_with_ties__wrong_minus_n_once_more": ("all_for_none",),
    "rank_with_ties__wrong_whole_popularity": ("popularity_cut",),
    "in_batch_softmax_logq__wrong_correction_added": ("correction_added",),
    "in_batch_softmax_logq__wrong_tau_divides_all_once_more": ("temperature_on_everything",),
    "in_batch_softmax_logq__wrong_correction_of_the_row": ("no_correction",),
    "in_batch_softmax_logq__wrong_overflow_once_more": ("overflows",),
    "in_batch_softmax_logq__wrong_one_maximum": ("largest_of_the_whole_batch",),
    "in_batch_softmax_logq__wrong_only_negatives_corrected": ("own_item_not_corrected",),
    "in_batch_softmax_logq__wrong_tau_ignored": ("temperature_left_out",),
    "in_batch_softmax_logq__wrong_tau_multiplies_once_more": ("temperature_multiplies",),
    "in_batch_softmax_logq__wrong_cosine": ("cosines_for_dot_products",),
    "in_batch_softmax_logq__wrong_softmax_over_users_once_more": ("items_choose_users",),
    "in_batch_softmax_logq__wrong_epsilon_in_log": ("small_number_in_the_logarithm",),
    "in_batch_softmax_logq__wrong_q_for_log_q": ("probability_subtracted",),
    "retrieve_rank_rerank__wrong_half_is_late": ("exactly_half_is_late",),
    "retrieve_rank_rerank__wrong_floor_without_tolerance": ("budget_missed_by_a_float",),
    "retrieve_rank_rerank__wrong_rounded_to_nearest": ("last_one_does_not_fit",),
    "retrieve_rank_rerank__wrong_duplicates_use_places": ("duplicates_ranked",),
    "retrieve_rank_rerank__wrong_stops_at_shortest_source": ("shortest_source_ends_it",),
    "retrieve_rank_rerank__wrong_higher_number_first": ("ties_by_higher_number",),
    "retrieve_rank_rerank__wrong_ties_as_retrieved": ("ties_by_retrieval",),
    "retrieve_rank_rerank__wrong_no_source_raises": ("no_source_fails",),
    "item_similarity__wrong_union_of_users": ("shrunk_by_either",),
    "item_similarity__wrong_scales_R_in_place": ("strengths_overwritten",),
    "itemcf_scores__wrong_top_k_of_all_items": ("k_of_all_items",),
    "content_scores__wrong_log10": ("idf_in_another_base",),
    "content_scores__wrong_presence_for_counts": ("features_as_flags",),
    "rank_with_ties__wrong_negative_slice": ("all_for_none",),
    "hybrid_rank__wrong_weights_in_order_of_dict": ("weights_by_order",),
    "kill_hybrid__wrong_sets_compared": ("looks_only_at_seen",),
    "in_batch_softmax_logq__wrong_global_maximum_once_more": ("largest_of_the_whole_batch",),
    "in_batch_softmax_logq__wrong_log_of_softmax_plus_eps": ("small_number_in_the_logarithm",),
    "in_batch_softmax_logq__wrong_correction_of_negatives_only": ("own_item_not_corrected",),
    "in_batch_softmax_logq__wrong_unit_vectors": ("cosines_for_dot_products",),
    "in_batch_softmax_logq__wrong_tau_on_everything": ("temperature_on_everything",),
    "accept_model__wrong_units_drawn_for_each_seed_once_more": ("units_apart_for_each_seed",),
    "accept_model__wrong_one_sided_once_more": ("one_end_alone",),
    "accept_model__wrong_mean_and_two_sd": ("normal_interval",),
    "accept_model__wrong_cells_drawn_freely": ("units_apart_for_each_seed",),
    "retrieve_rank_rerank__wrong_doubles_use_capacity": ("duplicates_ranked",),
    "retrieve_rank_rerank__wrong_ties_by_retrieval_once_more": ("ties_by_retrieval",),
    "calibrated_list__wrong_shares_of_final_length": ("shares_of_the_full_length",),
    "calibrated_list__wrong_mean_score_once_more": ("mean_score_of_the_list",),
    "calibrated_list__wrong_log2_once_more": ("logarithm_of_base_two",),
    "calibrated_list__wrong_sorted_at_the_end_once_more": ("ordered_by_score_in_the_end",),
}


# ---- written later, for slips of the second order ----


# ------------------------------------------------------------------ accept_model


def accept_model__right_loop_again(err_new, err_base):
    diff = np.asarray(err_new, float) - np.asarray(err_base, float)
    n_seeds, n_units = diff.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        s = rng.integers(0, n_seeds, n_seeds)
        u = rng.integers(0, n_units, n_units)
        means.append(diff[np.ix_(s, u)].mean())
    low, high = np.percentile(means, [2.5, 97.5])
    return bool(high < 0)


def accept_model__right_counts_again(err_new, err_base):
    diff = np.asarray(err_new, float) - np.asarray(err_base, float)[None, :]
    n_seeds, n_units = diff.shape
    rng = np.random.default_rng(1)
    ws = rng.multinomial(n_seeds, [1 / n_seeds] * n_seeds, size=2000) / n_seeds
    wu = rng.multinomial(n_units, np.full(n_units, 1 / n_units), size=2000) / n_units
    means = ((ws @ diff) * wu).sum(axis=1)
    return bool(np.quantile(means, 0.975) < 0)


def accept_model__right_two_steps_pandas(err_new, err_base):
    table = pd.DataFrame(np.array(err_new, float)).sub(pd.Series(np.array(err_base, float)), axis=1)
    rng = random.Random(7)
    seeds, units = range(table.shape[0]), range(table.shape[1])
    values = table.to_numpy()
    means = []
    for _ in range(2000):
        rows = values[rng.choices(seeds, k=len(seeds))].mean(axis=0)
        means.append(rows[rng.choices(units, k=len(units))].mean())
    return bool(pd.Series(means).quantile(0.975) < 0)


def accept_model__wrong_units_only_again(err_new, err_base):
    """Averages over the seeds first and draws only units: with one lucky seed of five it is too sure of itself."""
    diff = (err_new - err_base).mean(axis=0)
    rng = np.random.default_rng(0)
    means = [diff[rng.integers(0, len(diff), len(diff))].mean() for _ in range(2000)]
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_seeds_only_again(err_new, err_base):
    """Draws only seeds: when seeds agree but the gain comes from a few units, chance in the units is ignored."""
    diff = (err_new - err_base).mean(axis=1)
    rng = np.random.default_rng(0)
    means = [diff[rng.integers(0, len(diff), len(diff))].mean() for _ in range(2000)]
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_cells_pooled(err_new, err_base):
    """Draws the cells of the table as if they were independent: the rows of a seed share its luck, so the interval is too narrow with many units and a lucky seed."""
    diff = (err_new - err_base).ravel()
    rng = np.random.default_rng(0)
    means = [diff[rng.integers(0, diff.size, diff.size)].mean() for _ in range(2000)]
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_units_drawn_for_each_seed(err_new, err_base):
    """Draws the units anew for each seed drawn: the luck of the units averages out over the seeds, so with few lucky units and many seeds the interval is too narrow."""
    diff = err_new - err_base
    n_seeds, n_units = diff.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        total = 0.0
        for s in rng.integers(0, n_seeds, n_seeds):
            total += diff[s, rng.integers(0, n_units, n_units)].mean()
        means.append(total / n_seeds)
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_one_sided(err_new, err_base):
    """Takes the 95th percentile as the upper end: that is the end of a 90 % interval, too lenient near the border."""
    diff = err_new - err_base
    n_seeds, n_units = diff.shape
    rng = np.random.default_rng(0)
    means = [
        diff[np.ix_(rng.integers(0, n_seeds, n_seeds), rng.integers(0, n_units, n_units))].mean()
        for _ in range(2000)
    ]
    return bool(np.percentile(means, 95) < 0)


def accept_model__wrong_not_above_zero(err_new, err_base):
    """Accepts when the upper end is 0: a model with the same errors as the baseline has the interval [0, 0] and is accepted."""
    diff = err_new - err_base
    n_seeds, n_units = diff.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        s, u = rng.integers(0, n_seeds, n_seeds), rng.integers(0, n_units, n_units)
        means.append(diff[s][:, u].mean())
    return bool(np.percentile(means, 97.5) <= 0)


def accept_model__wrong_interval_without_zero(err_new, err_base):
    """Accepts when the interval does not contain 0: a model that is clearly worse is accepted too."""
    diff = err_new - err_base
    n_seeds, n_units = diff.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        s, u = rng.integers(0, n_seeds, n_seeds), rng.integers(0, n_units, n_units)
        means.append(diff[s][:, u].mean())
    low, high = np.percentile(means, [2.5, 97.5])
    return bool(low > 0 or high < 0)


def accept_model__wrong_normal_interval(err_new, err_base):
    """Uses mean plus 1.96 standard deviations instead of the percentile: with few seeds the means are skewed, and four good seeds with one rather bad one are accepted."""
    diff = err_new - err_base
    n_seeds, n_units = diff.shape
    rng = np.random.default_rng(0)
    means = np.array(
        [
            diff[rng.integers(0, n_seeds, n_seeds)][:, rng.integers(0, n_units, n_units)].mean()
            for _ in range(2000)
        ]
    )
    return bool(means.mean() + 1.96 * means.std() < 0)


def accept_model__wrong_seeds_without_replacement(err_new, err_base):
    """Draws the seeds without replacement: that only shuffles them, so every resample holds all seeds and their luck is not seen."""
    diff = err_new - err_base
    n_seeds, n_units = diff.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        s = rng.choice(n_seeds, n_seeds, replace=False)
        u = rng.choice(n_units, n_units)
        means.append(diff[s][:, u].mean())
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_baseline_drawn_apart(err_new, err_base):
    """Draws other units for the baseline than for the model: units that are hard for both widen the interval, and a model that is better on every unit is refused."""
    n_seeds, n_units = err_new.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        s = rng.integers(0, n_seeds, n_seeds)
        new = err_new[s][:, rng.integers(0, n_units, n_units)].mean()
        means.append(new - err_base[rng.integers(0, n_units, n_units)].mean())
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_one_seed_for_a_resample(err_new, err_base):
    """Draws one seed in each resample, not as many as there are: the interval is far too wide with several seeds that differ a little."""
    diff = err_new - err_base
    n_seeds, n_units = diff.shape
    rng = np.random.default_rng(0)
    means = [
        diff[rng.integers(0, n_seeds), rng.integers(0, n_units, n_units)].mean()
        for _ in range(2000)
    ]
    return bool(np.percentile(means, 97.5) < 0)


# ------------------------------------------------------------------ hybrid_rank


def hybrid_rank__right_numpy_again(parts, w, seen, n):
    total = None
    for name, scores in parts.items():
        s = np.asarray(scores, dtype=float)
        if total is None:
            total = np.zeros(len(s))
        has = np.isfinite(s)
        if not has.any():
            continue
        x = s[has]
        if np.ptp(x) <= 1e-12 * np.abs(x).max():
            continue
        z = np.zeros(len(s))
        z[has] = (x - x.mean()) / x.std()
        total += w[name] * z
    order = np.argsort(-np.round(total, 10), kind="stable")
    hidden = set(seen)
    return [int(i) for i in order if int(i) not in hidden][:n]


def hybrid_rank__right_plain_python(parts, w, seen, n):
    n_items = len(next(iter(parts.values())))
    total = [0.0] * n_items
    for name in parts:
        known = {i: float(x) for i, x in enumerate(parts[name]) if x == x and x != -math.inf}
        if not known:
            continue
        if all(math.isclose(x, min(known.values()), rel_tol=1e-12) for x in known.values()):
            continue
        mean = math.fsum(known.values()) / len(known)
        sd = math.sqrt(math.fsum((x - mean) ** 2 for x in known.values()) / len(known))
        for i, x in known.items():
            total[i] += w[name] * (x - mean) / sd
    left = sorted(set(range(n_items)) - set(seen), key=lambda i: (-round(total[i], 10), i))
    return left[:n]


def hybrid_rank__right_pandas_again(parts, w, seen, n):
    table = pd.DataFrame({k: np.array(v, dtype=float) for k, v in parts.items()})
    table = table.replace(-np.inf, np.nan)
    spread = table.max() - table.min()
    flat = spread <= 1e-12 * table.abs().max()
    z = (table - table.mean()) / table.std(ddof=0)
    z.loc[:, flat] = 0.0
    total = z.fillna(0.0).mul(pd.Series(w)[list(parts)], axis=1).sum(axis=1).round(10)
    total = total.drop(index=list(set(seen)))
    frame = pd.DataFrame({"total": total, "item": total.index})
    frame = frame.sort_values(["total", "item"], ascending=[False, True])
    return frame["item"].head(n).tolist()


def hybrid_rank__wrong_sample_deviation_again(parts, w, seen, n):
    """Divides by the sample's standard deviation (ddof=1): it shrinks a recommender more the fewer items it scores, so the order changes where one of them scores only a few."""
    table = pd.DataFrame({k: np.array(v, dtype=float) for k, v in parts.items()}).replace(
        -np.inf, np.nan
    )
    z = (table - table.mean()) / table.std()
    z.loc[:, (table.max() - table.min()) <= 1e-12 * table.abs().max()] = 0.0
    total = sum(w[k] * z[k].fillna(0) for k in parts).round(10)
    order = total.sort_values(ascending=False, kind="stable").index
    return [int(i) for i in order if i not in seen][:n]


def hybrid_rank__wrong_spread_exactly_zero(parts, w, seen, n):
    """Asks whether the standard deviation is exactly 0: floats of 0.1 have a spread from rounding, so the items they score get z-scores of 1 or -1, and those without a score 0."""
    total = np.zeros(len(next(iter(parts.values()))))
    for name, s in parts.items():
        s = np.asarray(s, float)
        has = np.isfinite(s)
        if has.any() and s[has].std() > 0:
            z = (s - s[has].mean()) / s[has].std()
            total += w[name] * np.where(has, z, 0.0)
    order = np.argsort(-total.round(10), kind="stable")
    return [int(i) for i in order if i not in seen][:n]


def hybrid_rank__wrong_missing_zero_before(parts, w, seen, n):
    """Writes 0 for "no score" before the z-score: a score of 0 is then very low or very high, and it moves the mean and the spread of the others."""
    total = 0
    for name, s in parts.items():
        s = np.nan_to_num(np.asarray(s, float), nan=0.0, neginf=0.0)
        spread = s.std()
        if spread > 1e-12 * max(1e-300, np.abs(s).max()):
            total = total + w[name] * (s - s.mean()) / spread
    total = total + np.zeros(len(s))
    order = np.argsort(-total.round(10), kind="stable")
    return [int(i) for i in order if i not in seen][:n]


def hybrid_rank__wrong_statistics_without_seen(parts, w, seen, n):
    """Leaves seen items out of mean and standard deviation: the weights of the recommenders against each other change when a seen item has an extreme score."""
    n_items = len(next(iter(parts.values())))
    left = [i for i in range(n_items) if i not in set(seen)]
    total = np.zeros(n_items)
    for name, s in parts.items():
        s = np.asarray(s, float)
        x = s[left]
        x = x[np.isfinite(x)]
        if len(x) == 0 or np.ptp(x) <= 1e-12 * np.abs(x).max():
            continue
        z = (s - x.mean()) / x.std()
        total += w[name] * np.where(np.isfinite(s), z, 0)
    return sorted(left, key=lambda i: (-round(total[i], 10), i))[:n]


def hybrid_rank__wrong_weights_by_position(parts, w, seen, n):
    """Pairs scores and weights by their position in the dictionaries, not by name: wrong as soon as the two list the recommenders in another order."""
    total = 0.0
    for s, weight in zip(parts.values(), w.values()):
        s = np.asarray(s, float)
        has = np.isfinite(s)
        z = np.zeros(len(s))
        if has.any() and np.ptp(s[has]) > 1e-12 * np.abs(s[has]).max():
            z[has] = (s[has] - s[has].mean()) / s[has].std()
        total = total + weight * z
    order = np.argsort(-np.round(total, 10), kind="stable")
    return [int(i) for i in order if i not in seen][:n]


def hybrid_rank__wrong_mean_of_those_that_score(parts, w, seen, n):
    """Divides each item's sum by the weights of those recommenders that score it: an item scored by one recommender alone is no longer held back."""
    n_items = len(next(iter(parts.values())))
    total, weight = np.zeros(n_items), np.zeros(n_items)
    for name, s in parts.items():
        s = np.asarray(s, float)
        has = np.isfinite(s)
        if not has.any():
            continue
        weight[has] += w[name]
        if np.ptp(s[has]) > 1e-12 * np.abs(s[has]).max():
            total[has] += w[name] * (s[has] - s[has].mean()) / s[has].std()
    total = np.divide(total, weight, out=np.zeros(n_items), where=weight != 0)
    order = np.argsort(-np.round(total, 10), kind="stable")
    return [int(i) for i in order if i not in seen][:n]


def hybrid_rank__wrong_only_nan_is_missing(parts, w, seen, n):
    """Handles NaN but not minus infinity: with one minus infinity the mean is minus infinity and every z-score is NaN."""
    total = 0.0
    for name, s in parts.items():
        s = np.asarray(s, float)
        with np.errstate(all="ignore"):
            spread = np.nanstd(s)
            z = np.zeros(len(s)) if spread < 1e-12 else (s - np.nanmean(s)) / spread
        total = total + w[name] * np.where(np.isnan(s), 0.0, z)
    order = np.argsort(-np.round(total, 10), kind="stable")
    return [int(i) for i in order if i not in seen][:n]


def hybrid_rank__wrong_small_spread_is_none(parts, w, seen, n):
    """Treats a standard deviation below 1e-6 as none, whatever the scale: a recommender whose scores are all tiny, such as 1e-9 to 9e-9, loses its say."""
    total = 0.0
    for name, s in parts.items():
        s = np.asarray(s, float)
        has = np.isfinite(s)
        z = np.zeros(len(s))
        if has.any() and s[has].std() > 1e-6:
            z[has] = (s[has] - s[has].mean()) / s[has].std()
        total = total + w[name] * z
    order = np.argsort(-np.round(total, 10), kind="stable")
    return [int(i) for i in order if i not in seen][:n]


def hybrid_rank__wrong_sums_not_rounded(parts, w, seen, n):
    """Sorts the sums as floats: two items whose sums are equal but for rounding come in an order that the last digit decides."""
    total = 0.0
    for name, s in parts.items():
        s = np.asarray(s, float)
        has = np.isfinite(s)
        z = np.zeros(len(s))
        if has.any() and np.ptp(s[has]) > 1e-12 * np.abs(s[has]).max():
            z[has] = (s[has] - s[has].mean()) / s[has].std()
        total = total + w[name] * z
    order = np.argsort(-total, kind="stable")
    return [int(i) for i in order if i not in seen][:n]


def hybrid_rank__wrong_reversed_ties(parts, w, seen, n):
    """Sorts ascending and reads it backwards: of equal sums the higher number comes first."""
    total = 0.0
    for name, s in parts.items():
        s = np.asarray(s, float)
        has = np.isfinite(s)
        z = np.zeros(len(s))
        if has.any() and np.ptp(s[has]) > 1e-12 * np.abs(s[has]).max():
            z[has] = (s[has] - s[has].mean()) / s[has].std()
        total = total + w[name] * z
    order = np.argsort(np.round(total, 10), kind="stable")[::-1]
    return [int(i) for i in order if i not in seen][:n]


def hybrid_rank__wrong_cut_before_seen_again(parts, w, seen, n):
    """Cuts at n and drops the seen items afterwards: the list is too short when a seen item stands among the first n."""
    return [i for i in hybrid_rank__right_numpy_again(parts, w, [], n) if i not in seen]


# ------------------------------------------------------------------ kill_hybrid


def _hybrid(parts, w, seen, n):
    return hybrid_rank__right_plain_python(parts, w, seen, n)


def _same(got, expected):
    return [int(i) for i in got] == list(expected)


def kill_hybrid__right_against_own(fn):
    rng = np.random.default_rng(3)
    for trial in range(90):
        n_items = int(rng.integers(4, 9))
        parts = {
            "a": rng.normal(0, 1, n_items),
            "b": rng.normal(300, 80, n_items),
            "c": rng.exponential(1, n_items) * 1e-3,
        }
        if trial % 2:
            parts["a"][rng.integers(n_items)] = np.nan
            parts["a"][rng.integers(n_items)] = np.nan
        if trial % 3 == 0:
            parts["b"][rng.integers(n_items)] = -np.inf
        if trial % 5 == 0:
            parts["c"][:] = 0.1
            parts["c"][0] = np.nan
        if trial % 7 == 0:  # a twin: the same score in every recommender
            for s in parts.values():
                s[-1] = s[1]
        if trial % 4 == 0:
            parts["b"][2] = 9000.0
        w = {"c": 0.7, "a": 1.0, "b": 0.4}
        seen = [2] if trial % 4 == 0 else rng.choice(n_items, 2, replace=False).tolist()
        n = int(rng.integers(1, n_items + 3))
        copies = {k: v.copy() for k, v in parts.items()}
        if not _same(fn(copies, dict(w), list(seen), n), _hybrid(parts, w, seen, n)):
            return False
    return True


def kill_hybrid__right_cases_by_hand(fn):
    nan, inf = np.nan, np.inf
    A = np.array
    cases = [
        (({"a": A([0.1, 0.2, 0.9]), "b": A([300.0, 100.0, 200.0])}, {"a": 1.0, "b": 0.2}, [], 2)),
        # weights decide, another order of the names
        ({"a": A([1.0, 2.0, 3.0]), "b": A([30.0, 20.0, 10.0])}, {"b": 2.0, "a": 1.0}, [], 3),
        ({"a": A([1.0, 2.0, 3.0]), "b": A([30.0, 20.0, 10.0])}, {"a": 2.0, "b": 1.0}, [], 3),
        # no score
        ({"a": A([5.0, nan, 6.0, 7.0])}, {"a": 1.0}, [], 4),
        ({"a": A([-5.0, nan, -6.0, -7.0])}, {"a": 1.0}, [], 4),
        (
            {"a": A([5.0, -inf, 6.0, 7.0]), "b": A([1.0, 2.0, 3.0, 9.0])},
            {"a": 1.0, "b": 1.0},
            [1],
            4,
        ),
        (
            {"a": A([5.0, -inf, 6.0, 7.0]), "b": A([1.0, 2.0, 3.0, 9.0])},
            {"a": 1.0, "b": 1.0},
            [],
            4,
        ),
        # constant
        ({"a": A([0.1, 0.1, 0.1, nan]), "b": A([1.0, 2.0, 3.0, 2.5])}, {"a": 5.0, "b": 0.1}, [], 4),
        ({"a": A([nan, 2.0, 2.0]), "b": A([1.0, 2.0, 3.0])}, {"a": 1.0, "b": 1.0}, [], 3),
        ({"a": A([nan, nan, nan]), "b": A([1.0, 2.0, 3.0])}, {"a": 1.0, "b": 1.0}, [], 3),
        # ties: lower number first
        ({"a": A([2.0, 1.0, 2.0, 2.0])}, {"a": 1.0}, [], 4),
        ({"a": A([0.3, 0.0, 0.1 + 0.2, -1.0])}, {"a": 1.0}, [], 2),
        # a seen outlier counts in mean and deviation
        (
            {"a": A([0.0, 1.0, 2.0, 900.0]), "b": A([1.2, 1.0, 0.0, 0.5])},
            {"a": 1.0, "b": 1.0},
            [3],
            3,
        ),
        # an outlier is not clipped; few scores against many: ddof
        (
            {"a": A([nan, 0.0, 1.0, nan, nan]), "b": A([0.0, 4.3, 1.0, 2.0, 5.0])},
            {"a": 1.0, "b": 0.9},
            [],
            5,
        ),
        ({"a": A([1.0, 2.0, 3.0, 4.0])}, {"a": 1.0}, [3, 2], 1),
        ({"a": A([1.0, 2.0, 3.0, 4.0])}, {"a": 1.0}, [3], 9),
    ]
    for parts, w, seen, n in cases:
        if not _same(
            fn({k: v.copy() for k, v in parts.items()}, w, seen, n), _hybrid(parts, w, seen, n)
        ):
            return False
    return True


def kill_hybrid__right_asserts(fn):
    try:
        rng = np.random.default_rng(11)
        for _ in range(60):
            base = rng.normal(size=(3, 7))
            base[0, rng.permutation(7)[:3]] = np.nan
            base[1, rng.permutation(7)[:1]] = -np.inf
            base[2] = np.where(rng.random(7) < 0.4, np.nan, 0.1)
            scale = np.array([1.0, 500.0, 1.0])
            parts = dict(zip("xyz", base * scale[:, None], strict=True))
            w = {"z": 3.0, "x": 0.8, "y": 0.5}
            seen = rng.permutation(7)[:2].tolist()
            assert _same(fn(parts, w, seen, 7), _hybrid(parts, w, seen, 7))
            assert _same(fn(parts, w, seen, 3), _hybrid(parts, w, seen, 3))
        same = {"x": np.array([1.0, 4.0, 4.0, 0.0, 4.0])}
        assert _same(fn(same, {"x": 1.0}, [1], 5), [2, 4, 0, 3])
        assert len(fn(same, {"x": 1.0}, [0, 1, 2, 3, 4], 5)) == 0
    except Exception:
        return False
    return True


def kill_hybrid__wrong_example_only_again(fn):
    """Tries the example of the docstring only: all wrong ones pass it."""
    parts = {"a": np.array([0.1, 0.2, 0.9]), "b": np.array([300.0, 100.0, 200.0])}
    return list(fn(parts, {"a": 1.0, "b": 0.2}, seen=[], n=2)) == [2, 0]


def kill_hybrid__wrong_every_item_scored(fn):
    """Draws many tables, but in none of them is a score missing, constant or equal to another: these branches stay untested."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        parts = {"a": rng.normal(size=8), "b": rng.normal(500, 90, 8)}
        w = {"a": float(rng.random()), "b": float(rng.random())}
        seen = rng.choice(8, 2, replace=False).tolist()
        if not _same(fn(parts, w, seen, 4), _hybrid(parts, w, seen, 4)):
            return False
    return True


def kill_hybrid__wrong_as_a_set(fn):
    """Compares the lists as sets and asks for all items: any order passes."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        parts = {"a": rng.normal(size=6), "b": rng.normal(size=6) * 100}
        parts["a"][2] = np.nan
        seen = [int(rng.integers(6))]
        got = fn(parts, {"a": 1.0, "b": 0.5}, seen, 6)
        if set(got) != set(range(6)) - set(seen):
            return False
    return True


def kill_hybrid__wrong_one_recommender_again(fn):
    """Uses one recommender in each case: the order of its items is the same with or without z-scores, whatever weight or deviation is taken."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        parts = {"a": rng.normal(size=6)}
        seen = [int(rng.integers(6))]
        if not _same(fn(parts, {"a": 2.0}, seen, 4), _hybrid(parts, {"a": 2.0}, seen, 4)):
            return False
    return True


def kill_hybrid__wrong_own_reference_sample_deviation(fn):
    """Its own reference takes ddof=1: it rejects right implementations where the recommenders score different numbers of items."""
    rng = np.random.default_rng(0)
    for _ in range(300):
        parts = {"a": rng.normal(size=8), "b": rng.normal(size=8)}
        parts["a"][rng.permutation(8)[:5]] = np.nan
        w = {"a": 1.0, "b": 1.0}
        if not _same(
            fn(parts, w, [], 8), hybrid_rank__wrong_sample_deviation_again(parts, w, [], 8)
        ):
            return False
    return True


def kill_hybrid__wrong_own_reference_without_seen(fn):
    """Its own reference takes mean and deviation without the seen items: it rejects right implementations."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        parts = {"a": rng.normal(size=6), "b": rng.exponential(size=6) * 100}
        parts["b"][3] = 5000.0
        w = {"a": 1.0, "b": 1.0}
        if not _same(
            fn(parts, w, [3], 6), hybrid_rank__wrong_statistics_without_seen(parts, w, [3], 6)
        ):
            return False
    return True


def kill_hybrid__wrong_rounding_asked_to_decide(fn):
    """Demands that an item that is better by 1e-13 comes first: equal to ten decimals is equal, and the lower number is right."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        parts = {"a": rng.normal(size=6), "b": rng.normal(size=6)}
        w = {"a": 1.0, "b": 0.5}
        if not _same(fn(parts, w, [], 6), _hybrid(parts, w, [], 6)):
            return False
    parts = {"a": np.array([1.0, 1.0 + 1e-13, 0.0])}
    return _same(fn(parts, {"a": 1.0}, [], 3), [1, 0, 2])


def kill_hybrid__wrong_exception_accepted(fn):
    """Treats an exception as "cannot say" and returns True; and its cases hold missing scores alone, no constant and no tie."""
    try:
        parts = {"a": np.array([1.0, np.nan, 3.0, 2.0]), "b": np.array([10.0, 50.0, 20.0, 90.0])}
        return _same(
            fn(parts, {"a": 1.0, "b": 1.0}, [], 4), _hybrid(parts, {"a": 1.0, "b": 1.0}, [], 4)
        )
    except Exception:
        return True


def kill_hybrid__wrong_returns_nothing(fn):
    """Asserts, and forgets to return True at the end: a right implementation gets None."""
    rng = np.random.default_rng(3)
    for _ in range(50):
        parts = {"a": rng.normal(size=6), "b": rng.normal(size=6)}
        parts["a"][0] = np.nan
        parts["b"][1] = -np.inf
        w = {"a": 1.0, "b": 0.5}
        assert _same(fn(parts, w, [2], 4), _hybrid(parts, w, [2], 4))


# ------------------------------------------------------------------ calibrated_list


def calibrated_list__right_loops(score, kind, wanted, lam, n):
    chosen = []
    left = list(range(len(score)))
    while left and len(chosen) < n:
        best, best_value = None, None
        for i in left:
            trial = [*chosen, i]
            value = (1 - lam) * sum(float(score[j]) for j in trial)
            for k, p in enumerate(wanted):
                if p > 0:
                    q = sum(kind[j] == k for j in trial) / len(trial)
                    value -= lam * p * math.log(p / (0.99 * q + 0.01 * p))
            value = round(float(value), 10)
            if best is None or value > best_value:
                best, best_value = i, value
        chosen.append(best)
        left.remove(best)
    return chosen


def calibrated_list__right_numpy(score, kind, wanted, lam, n):
    score, p = np.asarray(score, float), np.asarray(wanted, float)
    onehot = np.eye(len(p))[np.asarray(kind, int)].reshape(len(score), len(p))
    counts, total = np.zeros(len(p)), 0.0
    free = np.ones(len(score), dtype=bool)
    items = []
    for step in range(1, min(n, len(score)) + 1):
        q = (counts + onehot) / step
        kl = rel_entr(p, 0.99 * q + 0.01 * p).sum(axis=1)
        value = np.round((1 - lam) * (total + score) - lam * kl, 10)
        value[~free] = -np.inf
        i = int(value.argmax())
        items.append(i)
        free[i] = False
        counts += onehot[i]
        total += score[i]
    return items


def calibrated_list__right_new_item_only(score, kind, wanted, lam, n):
    """The scores already chosen are the same for all candidates, so they may be left out."""
    counts = {k: 0 for k in range(len(wanted))}
    kinds = [k for k in counts if wanted[k] > 0]
    chosen = {}

    def mismatch(extra):
        size = len(chosen) + 1
        out = 0.0
        for k in kinds:
            q = (counts[k] + (k == extra)) / size
            out += wanted[k] * (math.log(wanted[k]) - math.log(0.99 * q + 0.01 * wanted[k]))
        return out

    for _ in range(min(n, len(score))):
        cost = {k: mismatch(k) for k in counts}
        candidates = (
            (-round(float((1 - lam) * score[i] - lam * cost[int(kind[i])]), 10), i)
            for i in range(len(score))
            if i not in chosen
        )
        _, i = min(candidates)
        chosen[i] = True
        counts[int(kind[i])] += 1
    return list(chosen)


def _calibrated(score, kind, wanted, lam, n, share=None, kl=None, weight=None, pick=None):
    wanted = np.asarray(wanted, float)
    chosen = []
    while len(chosen) < min(n, len(score)):
        values = {}
        for i in range(len(score)):
            if i in chosen:
                continue
            trial = [*chosen, i]
            counts = np.bincount(np.asarray(kind)[trial], minlength=len(wanted))
            q = counts / len(trial) if share is None else share(counts, trial)
            if kl is None:
                on = wanted > 0
                miss = (wanted[on] * np.log(wanted[on] / (0.99 * q[on] + 0.01 * wanted[on]))).sum()
            else:
                miss = kl(wanted, q)
            good = sum(score[j] for j in trial) if weight is None else weight(trial)
            values[i] = round(float((1 - lam) * good - lam * miss), 10)
        i = max(values, key=values.get) if pick is None else pick(values)
        chosen.append(i)
    return chosen


def calibrated_list__wrong_share_of_the_full_list(score, kind, wanted, lam, n):
    """Divides the counts by n, the length that the list will have, not by its length so far: the first steps compare shares that are all too small."""
    return _calibrated(score, kind, wanted, lam, n, share=lambda counts, trial: counts / n)


def calibrated_list__wrong_mean_score_again(score, kind, wanted, lam, n):
    """Takes the mean score of the list instead of the sum: the longer the list, the less a score weighs against the mix."""
    return _calibrated(
        score, kind, wanted, lam, n, weight=lambda trial: np.mean([score[j] for j in trial])
    )


def calibrated_list__wrong_divergence_turned_round(score, kind, wanted, lam, n):
    """Takes the divergence of the list from the wish, q ln(q/p), not p ln(p/q): a kind that is missing costs nothing of its own, one that is not wanted costs a lot."""

    def kl(p, q):
        smooth = 0.99 * p + 0.01 * q
        on = q > 0
        return (q[on] * np.log(q[on] / smooth[on])).sum()

    return _calibrated(score, kind, wanted, lam, n, kl=kl)


def calibrated_list__wrong_log2_again(score, kind, wanted, lam, n):
    """Uses the logarithm to base 2: the second sum is 1.44 times too large, so the mix wins where the score should."""

    def kl(p, q):
        on = p > 0
        return (p[on] * np.log2(p[on] / (0.99 * q[on] + 0.01 * p[on]))).sum()

    return _calibrated(score, kind, wanted, lam, n, kl=kl)


def calibrated_list__wrong_constant_smoothing(score, kind, wanted, lam, n):
    """Smooths with a constant 0.01 instead of 0.01 times p: a wanted kind that is missing costs the wrong amount."""

    def kl(p, q):
        on = p > 0
        return (p[on] * np.log(p[on] / (0.99 * q[on] + 0.01))).sum()

    return _calibrated(score, kind, wanted, lam, n, kl=kl)


def calibrated_list__wrong_unwanted_kind_is_nan(score, kind, wanted, lam, n):
    """Computes p ln p for all kinds: with a share of 0 that is 0 times minus infinity, NaN, and the scores decide nothing any more."""

    def kl(p, q):
        with np.errstate(all="ignore"):
            return (p * np.log(p / (0.99 * q + 0.01 * p))).sum()

    return _calibrated(score, kind, wanted, lam, n, kl=kl)


def calibrated_list__wrong_chosen_scored_minus_infinity(score, kind, wanted, lam, n):
    """Strikes chosen items out with a score of minus infinity: at lam = 1 that is 0 times infinity, NaN, which argmax takes again and again."""
    left = np.array(score, dtype=float)
    p = np.asarray(wanted, float)
    onehot = np.eye(len(p))[kind]
    counts, items = np.zeros(len(p)), []
    for step in range(1, min(n, len(left)) + 1):
        q = (counts + onehot) / step
        kl = rel_entr(p, 0.99 * q + 0.01 * p).sum(axis=1)
        with np.errstate(invalid="ignore"):
            i = int(np.round((1 - lam) * left - lam * kl, 10).argmax())
        items.append(i)
        counts += onehot[i]
        left[i] = -np.inf
    return items


def calibrated_list__wrong_ties_to_the_better_score(score, kind, wanted, lam, n):
    """Of items that are equal it takes the one with the better score, not the lower number: at lam = 1 all items of a kind are equal."""
    return _calibrated(
        score,
        kind,
        wanted,
        lam,
        n,
        pick=lambda values: max(values, key=lambda i: (values[i], score[i])),
    )


def calibrated_list__wrong_ties_to_the_last(score, kind, wanted, lam, n):
    """Compares with >=, so of equal items the higher number is added first."""

    def pick(values):
        best = None
        for i, v in values.items():
            if best is None or v >= values[best]:
                best = i
        return best

    return _calibrated(score, kind, wanted, lam, n, pick=pick)


def calibrated_list__wrong_ties_by_last_digit(score, kind, wanted, lam, n):
    """Does not round before it compares: of items that are equal but for rounding (0.1 + 0.2 and 0.3) the last digit decides."""
    score, p = np.asarray(score, float), np.asarray(wanted, float)
    onehot = np.eye(len(p))[kind]
    counts, free, items = np.zeros(len(p)), np.ones(len(score), bool), []
    for step in range(1, min(n, len(score)) + 1):
        kl = rel_entr(p, 0.99 * (counts + onehot) / step + 0.01 * p).sum(axis=1)
        value = np.where(free, (1 - lam) * score - lam * kl, -np.inf)
        i = int(value.argmax())
        items.append(i)
        free[i] = False
        counts += onehot[i]
    return items


def calibrated_list__wrong_sorted_at_the_end(score, kind, wanted, lam, n):
    """Sorts the list by score at the end: the order in which the items were added is lost."""
    items = _calibrated(score, kind, wanted, lam, n)
    return sorted(items, key=lambda i: (-score[i], i))


def calibrated_list__wrong_stops_without_a_gain(score, kind, wanted, lam, n):
    """Stops as soon as no item raises the objective: the list is too short when scores are negative or the mix can only get worse."""
    out, last = [], -math.inf
    wanted = np.asarray(wanted, float)
    full = _calibrated(score, kind, wanted, lam, n)
    on = wanted > 0
    for i in full:
        trial = [*out, i]
        q = np.bincount(np.asarray(kind)[trial], minlength=len(wanted)) / len(trial)
        miss = (wanted[on] * np.log(wanted[on] / (0.99 * q[on] + 0.01 * wanted[on]))).sum()
        value = round(float((1 - lam) * sum(score[j] for j in trial) - lam * miss), 10)
        if value < last:
            break
        out, last = trial, value
    return out


TRUE |= {
    "accept_model__wrong_units_only_again": ("units_drawn_alone",),
    "accept_model__wrong_seeds_only_again": ("seeds_drawn_alone",),
    "accept_model__wrong_cells_pooled": ("runs_taken_for_units",),
    "accept_model__wrong_units_drawn_for_each_seed": ("units_apart_for_each_seed",),
    "accept_model__wrong_one_sided": ("one_end_alone",),
    "accept_model__wrong_interval_without_zero": ("either_side_accepted",),
    "accept_model__wrong_normal_interval": ("normal_interval",),
    "accept_model__wrong_seeds_without_replacement": ("units_drawn_alone",),
    "accept_model__wrong_baseline_drawn_apart": ("units_not_paired",),
    "accept_model__wrong_one_seed_for_a_resample": ("worst_seed_counts",),
    "hybrid_rank__wrong_spread_exactly_zero": ("spread_compared_with_zero",),
    "hybrid_rank__wrong_missing_zero_before": ("nan_counted_as_zero",),
    "hybrid_rank__wrong_statistics_without_seen": ("seen_left_out_of_the_mean",),
    "hybrid_rank__wrong_weights_by_position": ("weights_by_order",),
    "hybrid_rank__wrong_reversed_ties": ("higher_number_of_equals",),
    "hybrid_rank__wrong_cut_before_seen_again": ("cut_before_seen_removed",),
    "kill_hybrid__wrong_example_only_again": ("accepts_any_hybrid",),
    "kill_hybrid__wrong_as_a_set": ("looks_only_at_seen",),
    "kill_hybrid__wrong_one_recommender_again": ("one_recommender_only",),
    "kill_hybrid__wrong_own_reference_sample_deviation": ("rejects_any_hybrid",),
    "calibrated_list__wrong_share_of_the_full_list": ("shares_of_the_full_length",),
    "calibrated_list__wrong_mean_score_again": ("mean_score_of_the_list",),
    "calibrated_list__wrong_log2_again": ("logarithm_of_base_two",),
    "calibrated_list__wrong_unwanted_kind_is_nan": ("unwanted_kind_spoils_the_sum",),
    "calibrated_list__wrong_ties_to_the_last": ("higher_number_added_first",),
    "calibrated_list__wrong_sorted_at_the_end": ("ordered_by_score_in_the_end",),
}


# ---------------------------------------------------------------- a later reader


def _basket_list(R, u, n, defect=""):
    R = np.array(R, dtype=float)
    flags = (R > 0).astype(float)
    work = flags if defect == "counts_made_flags" else R
    dots = work @ work.T
    norms = np.sqrt(np.diag(dots))
    outer = np.outer(norms, norms)
    cos = np.divide(dots, outer, out=np.zeros_like(dots), where=outer > 0)
    if defect == "norms_forgotten":
        cos = dots
    if defect == "similarity_invented":
        cos = np.full_like(dots, 0.5)
    weight = cos[u].copy()
    if defect == "flags_used_as_indices":
        rows = R[u].astype(int)
        if rows.max() >= len(R):
            return "error"
        weight = cos[rows].mean(axis=0)
    weight[u] = 0
    total = (weight @ work).round(9)
    free = [i for i in range(R.shape[1]) if R[u, i] == 0 or defect == "seen_items_kept"]
    best = sorted((i for i in free if total[i] > 0), key=lambda i: (-total[i], i))[:n]
    return [free.index(i) for i in best] if defect == "places_for_items" else best


_BASKET_TABLE = {
    "flags_used_as_indices": ([[1, 1, 1, 0, 0], [1, 0, 0, 1, 0], [1, 1, 0, 0, 1]], 0, 1),
    "similarity_invented": ([[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1]], 0, 4),
    "seen_items_kept": ([[1, 0], [1, 1]], 0, 1),
    "norms_forgotten": ([[1, 1, 0, 0, 0], [1, 1, 2, 0, 0], [4, 0, 0, 2, 9]], 0, 2),
    "counts_made_flags": ([[1, 0, 0], [1, 1, 2]], 0, 1),
    "places_for_items": ([[1, 0], [1, 1]], 0, 1),
}


def break_basket_recommender__right_table_once_more(defect):
    """Literals worked out by hand; the norm case gives user 2 many of an item, and a small cosine."""
    R, u, n = _BASKET_TABLE[defect]
    return [list(row) for row in R], u, n


def break_basket_recommender__right_seeded_search(defect):
    """Draws baskets of 4 users and 5 items until the two lists differ, from a generator of its own."""
    rng = random.Random(11)
    while True:
        R = [[rng.choice((0, 0, 1, 2, 3)) for _ in range(5)] for _ in range(4)]
        u, n = rng.randrange(4), rng.randint(1, 3)
        if sum(R[u]) and _basket_list(R, u, n) != _basket_list(R, u, n, defect):
            if _basket_list(R, u, n):
                return R, u, n


def break_basket_recommender__right_one_for_all_once_more(defect):
    """One set of baskets on which all six defects show at once; the name is not even read."""
    rng = np.random.default_rng(5)
    names = list(_BASKET_TABLE)
    while True:
        R = rng.integers(0, 4, (5, 6)) * rng.integers(0, 2, (5, 6))
        u, n = int(rng.integers(5)), 3
        right = _basket_list(R, u, n)
        if R[u].any() and all(right != _basket_list(R, u, n, d) for d in names):
            return R.tolist(), u, n


def break_basket_recommender__wrong_norms_all_equal(defect):
    """norms_forgotten: users have as many items each, so cosine and dot product order alike."""
    if defect == "norms_forgotten":
        return [[1, 1, 0, 0], [1, 0, 1, 0], [0, 0, 1, 1]], 0, 1
    return break_basket_recommender__right_table_once_more(defect)


def break_basket_recommender__wrong_twice_everything(defect):
    """counts_made_flags: every count is 0 or 2, so the flags give the same list."""
    if defect == "counts_made_flags":
        return [[2, 0, 0, 2], [2, 2, 0, 0], [0, 2, 2, 0]], 0, 3
    return break_basket_recommender__right_table_once_more(defect)


def break_basket_recommender__wrong_seen_below_the_cut(defect):
    """seen_items_kept: the seen item has the smaller sum, and n = 1 cuts it off in both."""
    if defect == "seen_items_kept":
        return [[1, 0], [1, 5]], 0, 1
    return break_basket_recommender__right_table_once_more(defect)


def break_basket_recommender__wrong_seen_items_last(defect):
    """places_for_items: what the user has stands behind every unseen item, so place is number."""
    if defect == "places_for_items":
        return [[0, 0, 1], [1, 2, 1]], 0, 2
    return break_basket_recommender__right_table_once_more(defect)


def break_basket_recommender__wrong_same_winner(defect):
    """similarity_invented: n = 1 hides that a stranger's item would come second."""
    if defect == "similarity_invented":
        return [[1, 1, 0, 0], [1, 1, 1, 0], [0, 0, 0, 1]], 0, 1
    return break_basket_recommender__right_table_once_more(defect)


def break_basket_recommender__wrong_index_is_the_neighbour(defect):
    """flags_used_as_indices: rows 0 and 1 are used, and they order the others as user 0 does."""
    if defect == "flags_used_as_indices":
        return [[1, 0, 1, 0, 0], [1, 0, 1, 1, 0], [0, 1, 0, 0, 1]], 0, 1
    return break_basket_recommender__right_table_once_more(defect)


def break_basket_recommender__wrong_count_of_twelve_once_more(defect):
    """norms_forgotten: a heavy buyer has 12 of an item, and 9 is the most that is allowed."""
    if defect == "norms_forgotten":
        return [[1, 1, 0, 0, 0], [1, 1, 2, 0, 0], [4, 0, 0, 2, 12]], 0, 2
    return break_basket_recommender__right_table_once_more(defect)


def break_basket_recommender__wrong_user_counted_from_one(defect):
    """similarity_invented: u is the number of users, which is no row of R."""
    R, u, n = break_basket_recommender__right_table_once_more(defect)
    if defect == "similarity_invented":
        return R[1:] + R[:1], len(R), n
    return R, u, n


def break_basket_recommender__wrong_scaled_neighbour(defect):
    """norms_forgotten: the heavy buyer is a multiple of the light one, who recommends the same item."""
    if defect == "norms_forgotten":
        return [[1, 0, 1, 0], [1, 1, 0, 0], [3, 3, 0, 0], [1, 0, 0, 1]], 0, 1
    return break_basket_recommender__right_table_once_more(defect)


def item_similarity__right_scaled_columns_once_more(R, lam=0.0):
    """Columns divided by their largest entry, then by their norm; counts in floats."""
    X = np.array(R, dtype=float)
    for how in (lambda c: np.abs(c).max(axis=0, initial=0), lambda c: np.sqrt((c * c).sum(axis=0))):
        size = how(X)
        X = X / np.where(size > 0, size, 1)
    have = (np.asarray(R) != 0).astype(float)
    n = have.T @ have
    S = np.where(n > 0, X.T @ X * n / np.where(n > 0, n + lam, 1), 0.0)
    np.fill_diagonal(S, 0)
    return (S + S.T) / 2


def item_similarity__right_dicts_and_fsum(R, lam=0.0):
    """One dict of users for each item; a pair is looked at once, by the smaller item number."""
    m = np.shape(R)[1]
    cols = [{u: float(x) for u, x in enumerate(np.asarray(R)[:, i]) if x != 0} for i in range(m)]
    norm = [math.hypot(*c.values()) for c in cols]
    S = np.zeros((m, m))
    for i, j in itertools.combinations(range(m), 2):
        both = cols[i].keys() & cols[j].keys()
        if both:
            cos = math.fsum(cols[i][u] / norm[i] * (cols[j][u] / norm[j]) for u in both)
            S[i, j] = S[j, i] = cos * len(both) / (len(both) + lam)
    return S


def item_similarity__right_sparse_user_by_user(R, lam=0.0):
    """Sparse: the rows' outer products are added up, and only stored pairs are divided."""
    A = sparse.csr_matrix(np.asarray(R, dtype=float))
    A.eliminate_zeros()
    flags = A.copy()
    flags.data[:] = 1
    norm = np.sqrt(np.asarray(A.power(2).sum(axis=0)).ravel())
    n = (flags.T @ flags).tocoo()
    dots = (A.T @ A).toarray()
    S = np.zeros((A.shape[1],) * 2)
    for i, j, c in zip(n.row, n.col, n.data, strict=True):
        if i != j:
            S[i, j] = dots[i, j] / (norm[i] * norm[j]) * (c / (c + lam))
    return S


def _sim(X, n, lam):
    norm = np.sqrt((X * X).sum(axis=0))
    outer = np.outer(norm, norm)
    S = np.divide(X.T @ X, outer, out=np.zeros_like(outer), where=outer > 0)
    S = S * np.divide(n, n + lam, out=np.zeros_like(outer), where=n > 0)
    np.fill_diagonal(S, 0)
    return S


def _both(R):
    have = (np.asarray(R) != 0).astype(float)
    return have.T @ have


def item_similarity__wrong_counts_in_a_byte(R, lam=0.0):
    """Common users are counted in uint8: 256 users who have both of two items count as 0."""
    have = (np.asarray(R) != 0).astype(np.uint8)
    return _sim(np.asarray(R, float), (have.T @ have).astype(float), lam)


def item_similarity__wrong_dots_in_own_dtype(R, lam=0.0):
    """The dot product stays in R's dtype: np.array([[100, 100]], dtype=np.int8) overflows."""
    R = np.asarray(R)
    dots = (R.T @ R).astype(float)
    norm = np.linalg.norm(R.astype(float), axis=0)
    outer = np.outer(norm, norm)
    S = np.divide(dots, outer, out=np.zeros_like(outer), where=outer > 0)
    n = _both(R)
    S = S * np.divide(n, n + lam, out=np.zeros_like(outer), where=n > 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_epsilon_under_the_root(R, lam=0.0):
    """Norms get 1e-9 against division by 0: strengths of 1e-6 ([[1e-6, 1e-6]]) are shrunk."""
    X = np.asarray(R, float)
    n = _both(R)
    outer = np.sqrt(np.outer((X * X).sum(axis=0), (X * X).sum(axis=0))) + 1e-9
    S = X.T @ X / outer * (n / np.maximum(n + lam, 1e-9))
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_norm_over_common_users_once_more(R, lam=0.0):
    """The norm counts only users who have both: [[1, 1], [1, 0]] gives 1, not 0.71."""
    X = np.asarray(R, float)
    have = (X != 0).astype(float)
    n = have.T @ have
    outer = np.sqrt(((X * X).T @ have) * (have.T @ (X * X)))
    S = np.divide(X.T @ X, outer, out=np.zeros_like(outer), where=outer > 0)
    S = S * np.divide(n, n + lam, out=np.zeros_like(outer), where=n > 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_users_of_one_item_dropped(R, lam=0.0):
    """Users with one item are dropped as uninformative, and norms shrink: [[1, 1], [1, 0]]."""
    X = np.asarray(R, float)
    X = X[(X != 0).sum(axis=1) > 1]
    return _sim(X, _both(X), lam)


def item_similarity__wrong_divides_in_place(R, lam=0.0):
    """asarray makes no copy of floats, so the columns of the caller's R are scaled: [[2.0, 2.0]]."""
    X = np.asarray(R, dtype=float)
    n = _both(X)
    norm = np.linalg.norm(X, axis=0)
    X /= np.where(norm > 0, norm, 1)
    S = X.T @ X * np.divide(n, n + lam, out=np.zeros_like(n), where=n > 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_users_with_either(R, lam=0.0):
    """n is the number of users with either item (as Jaccard has it): [[1, 1], [1, 0]], lam = 1."""
    have = (np.asarray(R) != 0).astype(float)
    both = have.T @ have
    either = have.sum(axis=0)[:, None] + have.sum(axis=0) - both
    return _sim(np.asarray(R, float), np.where(both > 0, either, 0), lam)


def item_similarity__wrong_whole_counts_of_purchases(R, lam=0.0):
    """n sums the smaller of two counts instead of users: [[3, 3]] with lam = 1 gives 0.75, not 0.5."""
    X = np.asarray(R, float)
    return _sim(X, np.minimum(X[:, :, None], X[:, None, :]).sum(axis=0), lam)


def item_similarity__wrong_users_scaled_first(R, lam=0.0):
    """Users are scaled to length 1 first, as for user neighbours: [[1, 1], [2, 0]]."""
    X = np.asarray(R, float)
    size = np.linalg.norm(X, axis=1, keepdims=True)
    return _sim(np.divide(X, size, out=np.zeros_like(X), where=size > 0), _both(R), lam)


def itemcf_scores__right_sort_each_column(R, u, P, k):
    """The history's rows of P, sorted down each column, the strengths carried along."""
    strength = np.asarray(R)[u].astype(float)
    has = strength != 0
    rows, weight = np.asarray(P, float)[has], strength[has]
    order = np.argsort(-rows, axis=0, kind="stable")[:k]
    out = (np.take_along_axis(rows, order, axis=0) * weight[order]).sum(axis=0)
    out[has] = -np.inf
    return out


def itemcf_scores__right_heap_and_fsum(R, u, P, k):
    """heapq.nlargest of (P, strength) pairs for each candidate."""
    history = [h for h, x in enumerate(np.asarray(R)[u].tolist()) if x]
    out = []
    for i in range(len(P)):
        if i in history:
            out.append(-math.inf)
            continue
        best = heapq.nlargest(k, ((float(P[h, i]), float(R[u, h])) for h in history))
        out.append(math.fsum(a * b for a, b in best))
    return np.array(out)


def itemcf_scores__right_take_the_maximum_k_times(R, u, P, k):
    """The largest entry of each column is taken and crossed out, min(k, history) times."""
    strength = np.asarray(R, float)[u]
    history = np.flatnonzero(strength)
    left = np.array(P, float)[history]
    out = np.zeros(strength.size)
    every = np.arange(strength.size)
    for _ in range(min(k, history.size)):
        top = left.argmax(axis=0)
        out += left[top, every] * strength[history][top]
        left[top, every] = -1
    return np.where(strength != 0, -np.inf, out)


def _itemcf(has, weight, P, k):
    out = np.zeros(len(has))
    history = np.flatnonzero(has)
    for i in range(len(has)):
        best = sorted(history, key=lambda h: -P[h, i])[:k]
        out[i] = sum(float(P[h, i]) * float(weight[h]) for h in best)
    return out


def itemcf_scores__wrong_whole_purchases_only(R, u, P, k):
    """History needs a strength of 1: R = [[0.5, 0]] leaves item 0 unseen, and item 1 at 0."""
    has = np.asarray(R)[u] >= 1
    return np.where(has, -np.inf, _itemcf(has, R[u], P, k))


def itemcf_scores__wrong_no_support_no_candidate(R, u, P, k):
    """A score of 0 becomes minus infinity ("nothing speaks for it"): P = zeros, R = [[1, 0]]."""
    has = np.asarray(R)[u] > 0
    out = _itemcf(has, R[u], P, k)
    return np.where(has | (has.any() & (out == 0)), -np.inf, out)


def itemcf_scores__wrong_squeezed_history(R, u, P, k):
    """A squeeze makes the rows of a history of one item flat: R = [[1, 0, 0]]."""
    has = np.asarray(R)[u] > 0
    if not has.any():
        return np.zeros(len(has))
    index = np.argwhere(has).squeeze()
    rows, weight = np.asarray(P, float)[index], np.asarray(R, float)[u][index]
    order = np.argsort(-rows, axis=0, kind="stable")[:k]
    out = np.sum(np.take_along_axis(rows, order, axis=0) * weight[order], axis=0)
    return np.where(has, -np.inf, out)


def itemcf_scores__wrong_average_ranks(R, u, P, k):
    """Ranks with ties averaged: two equal items have rank 1.5, and with k = 1 neither counts."""
    has = np.asarray(R)[u] > 0
    rows, weight = np.asarray(P, float)[has], np.asarray(R, float)[u][has]
    if not len(rows):
        return np.zeros(len(has))
    kept = np.where(rankdata(-rows, axis=0) <= k, rows, 0)
    return np.where(has, -np.inf, weight @ kept)


def itemcf_scores__wrong_dense_ranks(R, u, P, k):
    """Dense ranks: 0.9, 0.9, 0.5 have ranks 1, 1, 2, so with k = 2 three items count."""
    has = np.asarray(R)[u] > 0
    rows, weight = np.asarray(P, float)[has], np.asarray(R, float)[u][has]
    if not len(rows):
        return np.zeros(len(has))
    kept = np.where(rankdata(-rows, method="dense", axis=0) <= k, rows, 0)
    return np.where(has, -np.inf, weight @ kept)


_neighbours = {}


def itemcf_scores__wrong_order_kept_between_calls(R, u, P, k):
    """The order of each column is stored by P's shape: a second P of that shape meets the first's."""
    P = np.asarray(P, float)
    if P.shape not in _neighbours:
        _neighbours[P.shape] = np.argsort(-P, axis=0, kind="stable")
    has = np.asarray(R)[u] > 0
    out = np.zeros(len(has))
    for i in range(len(has)):
        best = [h for h in _neighbours[P.shape][:, i] if has[h]][:k]
        out[i] = sum(P[h, i] * float(R[u, h]) for h in best)
    return np.where(has, -np.inf, out)


def itemcf_scores__wrong_item_itself_takes_a_place(R, u, P, k):
    """k largest of the whole column are kept first, then the history: R = [[1, 0, 0]], k = 1."""
    P = np.asarray(P, float)
    has = np.asarray(R)[u] > 0
    near = np.zeros_like(P)
    order = np.argsort(-P, axis=0, kind="stable")[:k]
    np.put_along_axis(near, order, np.take_along_axis(P, order, axis=0), axis=0)
    return np.where(has, -np.inf, np.asarray(R, float)[u] @ near)


def itemcf_scores__wrong_dict_by_strength_of_link(R, u, P, k):
    """A dict with P as its key: of two items that both speak with 0.9 one is lost, also with k = 2."""
    has = np.asarray(R)[u] > 0
    out = np.full(len(has), -np.inf)
    for i in np.flatnonzero(~has):
        speaks = {float(P[h, i]): float(R[u, h]) for h in np.flatnonzero(has)}
        out[i] = sum(p * speaks[p] for p in sorted(speaks, reverse=True)[:k])
    return out


def content_scores__right_tfidf_transformer(F, R, u):
    """scikit-learn's smoothed idf is this idf, and its cosine gives 0 for rows of zeros."""
    X = TfidfTransformer(norm="l2", smooth_idf=True).fit_transform(np.asarray(F, float))
    profile = sparse.csr_matrix(np.asarray(R, float)[u]) @ X
    return cosine_similarity(X, profile).ravel()


def content_scores__right_dicts(F, R, u):
    """Plain loops over dicts of features, fsum and hypot."""
    F = np.asarray(F, float).tolist()
    m = len(F)
    count = Counter(f for row in F for f, x in enumerate(row) if x)
    items = []
    for row in F:
        w = {f: x * (math.log((1 + m) / (1 + count[f])) + 1) for f, x in enumerate(row) if x}
        size = math.hypot(*w.values())
        items.append({f: x / size for f, x in w.items()})
    profile = defaultdict(float)
    for item, strength in zip(items, np.asarray(R, float)[u].tolist(), strict=True):
        for f, x in item.items():
            profile[f] += strength * x
    size = math.hypot(*profile.values())
    if size == 0:
        return np.zeros(m)
    return np.array([math.fsum(x * profile[f] for f, x in item.items()) / size for item in items])


def content_scores__right_gram_matrix_once_more(F, R, u):
    """Never builds the profile: with cosines G of items, the score is G r / sqrt(r' G r)."""
    F = np.asarray(F, float)
    W = F * (np.log((1 + len(F)) / (1 + np.count_nonzero(F, axis=0))) + 1)
    size = np.linalg.norm(W, axis=1, keepdims=True)
    W = W / np.where(size > 0, size, 1)
    r = np.asarray(R, float)[u]
    G = W @ W.T
    length = np.sqrt(max(r @ G @ r, 0))
    return G @ r / length if length > 0 else np.zeros(len(F))


def _again_content(W, r):
    size = np.linalg.norm(W, axis=1, keepdims=True)
    W = np.divide(W, size, out=np.zeros_like(W), where=size > 0)
    profile = np.asarray(r, float) @ W
    length = np.linalg.norm(profile)
    return W @ profile / length if length > 0 else np.zeros(len(W))


def _again_idf(F):
    return np.log((1 + len(F)) / (1 + np.count_nonzero(F, axis=0))) + 1


def content_scores__wrong_sublinear_counts(F, R, u):
    """sublinear_tf: 1 + ln(count) instead of the count: F = [[3, 1], [1, 1]]."""
    X = TfidfTransformer(sublinear_tf=True).fit_transform(np.asarray(F, float))
    profile = sparse.csr_matrix(np.asarray(R, float)[u]) @ X
    return cosine_similarity(X, profile).ravel()


def content_scores__wrong_empty_items_not_counted(F, R, u):
    """m counts items that have a feature: F = [[1, 1], [1, 0], [0, 0]] has m = 2 here, not 3."""
    F = np.asarray(F, float)
    m = F.any(axis=1).sum()
    return _again_content(F * (np.log((1 + m) / (1 + (F > 0).sum(axis=0))) + 1), R[u])


def content_scores__wrong_food_says_nothing(F, R, u):
    """A feature that all items have is dropped, but its idf is 1: F = [[1, 1], [1, 0]]."""
    F = np.asarray(F, float)
    return _again_content(np.where((F > 0).all(axis=0), 0, F) * _again_idf(F), R[u])


def content_scores__wrong_mean_item_not_scaled(F, R, u):
    """The profile is a weighted mean and stays shorter than 1: F = eye(2), R = [[1, 1]] gives 0.5."""
    F = np.asarray(F, float)
    W = F * _again_idf(F)
    size = np.linalg.norm(W, axis=1, keepdims=True)
    W = np.divide(W, size, out=np.zeros_like(W), where=size > 0)
    r = np.asarray(R, float)[u]
    return W @ (r @ W) / r.sum() if r.any() else np.zeros(len(F))


def content_scores__wrong_length_has_an_epsilon(F, R, u):
    """1e-9 is added to the profile's length: R = [[1e-9, 0, 0]] gives about half of a cosine."""
    F = np.asarray(F, float)
    W = F * _again_idf(F)
    W = W / np.maximum(np.linalg.norm(W, axis=1, keepdims=True), 1e-12)
    profile = np.asarray(R, float)[u] @ W
    return W @ profile / (np.linalg.norm(profile) + 1e-9)


def content_scores__wrong_history_without_features(F, R, u):
    """Asks whether there is history, not whether the profile is 0: F = [[0], [1]], R = [[1, 0]]."""
    F = np.asarray(F, float)
    W = F * _again_idf(F)
    size = np.linalg.norm(W, axis=1, keepdims=True)
    W = np.divide(W, size, out=np.zeros_like(W), where=size > 0)
    if not np.any(R[u]):
        return np.zeros(len(F))
    profile = np.asarray(R, float)[u] @ W
    with np.errstate(invalid="ignore"):
        return W @ profile / np.linalg.norm(profile)


def content_scores__wrong_scaled_before_idf_once_more(F, R, u):
    """Items are scaled to length 1, then multiplied by idf, so lengths differ: F = [[1, 1], [1, 0]]."""
    F = np.asarray(F, float)
    size = np.linalg.norm(F, axis=1, keepdims=True)
    W = np.divide(F, size, out=np.zeros_like(F), where=size > 0) * _again_idf(F)
    profile = np.asarray(R, float)[u] @ W
    length = np.linalg.norm(W, axis=1) * np.linalg.norm(profile)
    return np.divide(W @ profile, length, out=np.zeros(len(F)), where=length > 0)


def content_scores__wrong_idf_from_her_items(F, R, u):
    """m_f counts the user's own items: F = [[1, 0], [1, 1], [0, 1]], R = [[1, 1, 0]]."""
    F = np.asarray(F, float)
    hers = F[np.asarray(R)[u] > 0]
    return _again_content(F * (np.log((1 + len(F)) / (1 + (hers > 0).sum(axis=0))) + 1), R[u])


def content_scores__wrong_log_of_strength(F, R, u):
    """Strengths are dampened by log1p, as on the real data: F = eye(2), R = [[3, 1]]."""
    F = np.asarray(F, float)
    return _again_content(F * _again_idf(F), np.log1p(np.asarray(R, float)[u]))


def rank_with_ties__right_python_sort(score, popularity, n):
    """One sort by a tuple; Python's round."""
    rows = zip([round(float(s), 10) for s in score], [float(p) for p in popularity], strict=True)
    rows = sorted((-s, -p, i) for i, (s, p) in enumerate(rows))
    return [i for _, _, i in rows[:n]]


def rank_with_ties__right_lexsort_once_again(score, popularity, n):
    """np.lexsort with three keys, the last one first."""
    s, p = np.round(np.asarray(score, float), 10), np.asarray(popularity, float)
    return np.lexsort((np.arange(s.size), -p, -s))[:n].tolist()


def rank_with_ties__right_decimal_selection(score, popularity, n):
    """Decimals of ten places; the best remaining item is taken out n times."""
    ten = Decimal("1e-10")
    key = [
        (Decimal(float(s)).quantize(ten, ROUND_HALF_EVEN), float(p), -i)
        for i, (s, p) in enumerate(zip(score, popularity, strict=True))
    ]
    shown = []
    while key and len(shown) < n:
        best = max(key)
        key.remove(best)
        shown.append(-best[2])
    return shown


def rank_with_ties__wrong_chain_of_neighbours(score, popularity, n):
    """A gap below 1e-10 to the next score joins: scores 0, 0.6e-10, 1.2e-10 become one group."""
    s, p = np.asarray(score, float), np.asarray(popularity, float)
    order = np.argsort(-s, kind="stable")
    gap = -np.diff(s[order], prepend=s[order][:1])
    group = np.empty(s.size, int)
    group[order] = np.cumsum(gap > 1e-10)
    return np.lexsort((-p, group))[:n].tolist()


def rank_with_ties__wrong_floor_not_round(score, popularity, n):
    """Digits are cut off: 0.1 + 0.7 = 0.7999999999999999 is not equal to 0.8."""
    s, p = np.floor(np.asarray(score, float) * 1e10), np.asarray(popularity, float)
    return np.lexsort((-p, -s))[:n].tolist()


def rank_with_ties__wrong_whole_numbers_overflow(score, popularity, n):
    """Ten decimals as int64: scores above 9e8 do not fit ([1e9, 2e9], [9, 1])."""
    with np.errstate(invalid="ignore"):
        s = np.rint(np.asarray(score, float) * 1e10).astype(np.int64)
    return np.lexsort((-np.asarray(popularity, float), -s))[:n].tolist()


def rank_with_ties__wrong_popularity_as_count(score, popularity, n):
    """Popularity is cast to int, so shares tie: [1, 1], [0.2, 0.7]."""
    s, p = np.round(np.asarray(score, float), 10), np.asarray(popularity).astype(int)
    return np.lexsort((-p, -s))[:n].tolist()


def rank_with_ties__wrong_minus_zero_is_text(score, popularity, n):
    """Groups by the text of ten decimals: -1e-12 and 1e-12 are "-0.0..." and "0.0..."."""
    groups = defaultdict(list)
    for i, s in enumerate(score):
        groups[f"{s:.10f}"].append(i)
    out = []
    for text in sorted(groups, key=float, reverse=True):
        out += sorted(groups[text], key=lambda i: (-popularity[i], i))
    return out[:n]


def rank_with_ties__wrong_last_n_reversed(score, popularity, n):
    """Sorts upwards and reverses the last n: [-0:] is the whole list, so n = 0 shows all."""
    s, p = np.round(np.asarray(score, float), 10), np.asarray(popularity, float)
    return np.lexsort((-np.arange(s.size), p, s))[-n:][::-1].tolist()


def rank_with_ties__wrong_single_precision(score, popularity, n):
    """Scores in float32 make 0.1 + 0.2 equal to 0.3, and also 1.00000001 to 1 ([1.00000001, 1], [1, 9])."""
    s, p = np.asarray(score, np.float32).round(10), np.asarray(popularity, float)
    return np.lexsort((-p, -s))[:n].tolist()


def rank_with_ties__wrong_ten_digits_once_more(score, popularity, n):
    """Ten significant digits, not ten decimals: 1e-12 and 2e-12 must be equal, and are not."""
    key = [
        (-float(f"{s:.10g}"), -p, i) for i, (s, p) in enumerate(zip(score, popularity, strict=True))
    ]
    return [i for _, _, i in sorted(key)[:n]]


def _zscores(s):
    s = np.array(s, dtype=float)
    ok = np.isfinite(s)
    z = np.zeros(s.size)
    if ok.any() and s[ok].max() > s[ok].min():
        z[ok] = (s[ok] - s[ok].mean()) / s[ok].std()
    return z


def _more_blend(parts, w, z=_zscores):
    return sum(w[name] * z(s) for name, s in parts.items())


def _best_first(total, seen, n):
    hidden = set(seen)
    order = np.argsort(-np.asarray(total).round(10), kind="stable").tolist()
    return [i for i in order if i not in hidden][:n]


def hybrid_rank__right_exact_statistics(parts, w, seen, n):
    """Means and variances in exact fractions, so a constant recommender has a variance of 0."""
    size = len(next(iter(parts.values())))
    total = [0.0] * size
    for name, s in parts.items():
        have = {i: Fraction(float(x)) for i, x in enumerate(s) if math.isfinite(x)}
        if not have:
            continue
        mean = sum(have.values()) / len(have)
        var = sum((x - mean) ** 2 for x in have.values()) / len(have)
        for i, x in have.items():
            if var:
                square = float((x - mean) ** 2 / var)
                total[i] += w[name] * math.copysign(math.sqrt(square), x - mean)
    free = sorted(set(range(size)) - set(seen), key=lambda i: (-round(total[i], 10), i))
    return free[:n]


def hybrid_rank__right_pandas_once_more(parts, w, seen, n):
    """A frame with a column for each recommender; a spread of at most 1e-13 of the size is none."""
    table = pd.DataFrame({k: np.asarray(s, float) for k, s in parts.items()})
    table = table.replace([-np.inf, np.inf], np.nan)
    std = table.std(ddof=0)
    std = std.where(std > 1e-13 * table.abs().max())
    z = ((table - table.mean()) / std).fillna(0.0)
    total = (z * pd.Series(w).reindex(table.columns)).sum(axis=1).round(10)
    total = total.drop(index=list(set(seen)))
    return total.sort_values(ascending=False, kind="stable").index[:n].tolist()


def hybrid_rank__right_heap(parts, w, seen, n):
    """z-scores by numpy, total by fsum, the list by heapq."""
    z = {name: _zscores(s) for name, s in parts.items()}
    m = len(next(iter(z.values())))
    total = [math.fsum(w[name] * float(z[name][i]) for name in parts) for i in range(m)]
    free = (i for i in range(m) if i not in seen)
    return heapq.nsmallest(n, free, key=lambda i: (-round(total[i], 10), i))


def hybrid_rank__wrong_divided_by_sum_of_weights(parts, w, seen, n):
    """A weighted mean instead of a sum: negative weights ({"a": -1.0}) turn the order round."""
    total = _more_blend(parts, w) / (sum(w.values()) or 1)
    return _best_first(total, seen, n)


def hybrid_rank__wrong_places_deleted(parts, w, seen, n):
    """np.delete takes the seen numbers for places in the order: a = [0.1, 0.2, 0.9], seen = [0]."""
    order = np.argsort(-_more_blend(parts, w).round(10), kind="stable")
    return np.delete(order, list(seen)).tolist()[:n]


def hybrid_rank__wrong_seen_twice(parts, w, seen, n):
    """The end of the list is n_items - len(seen): seen = [0, 0] makes a list of 3 items one too short."""
    total = _more_blend(parts, w).round(10)
    total[list(seen)] = -np.inf
    return np.argsort(-total, kind="stable")[: max(0, min(n, len(total) - len(seen)))].tolist()


def hybrid_rank__wrong_seen_at_the_end(parts, w, seen, n):
    """Seen items get minus infinity and stay in the list: 3 items, seen = [0], n = 3."""
    total = _more_blend(parts, w).round(10)
    total[list(seen)] = -np.inf
    return np.argsort(-total, kind="stable")[:n].tolist()


def hybrid_rank__wrong_parts_rounded(parts, w, seen, n):
    """The z-scores are rounded, not their weighted sum, and 0.1 + 0.2 is more than 0.3.

    a = b = [nan, 1, 0], c = [1, nan, 0], w = 0.1, 0.2, 0.3, n = 3: must be [0, 1, 2].
    """
    total = _more_blend(parts, w, lambda s: _zscores(s).round(10))
    return [i for i in np.argsort(-total, kind="stable").tolist() if i not in set(seen)][:n]


def hybrid_rank__wrong_weights_by_position_once_more(parts, w, seen, n):
    """Weights are paired by the order of the two dicts: w = {"b": 0.2, "a": 1.0}."""
    z = np.array([_zscores(s) for s in parts.values()])
    return _best_first(np.array(list(w.values())) @ z, seen, n)


def hybrid_rank__wrong_z_in_integers(parts, w, seen, n):
    """zeros_like makes z-scores whole numbers where scores are integers: counts [1, 2, 4, 9]."""

    def z(s):
        ok = np.isfinite(s)
        out = np.zeros_like(s)
        out[~ok] = 0
        if ok.any() and s[ok].max() > s[ok].min():
            out[ok] = (s[ok] - s[ok].mean()) / s[ok].std()
        return out

    return _best_first(_more_blend(parts, w, z), seen, n)


def hybrid_rank__wrong_quick_sort(parts, w, seen, n):
    """The default argsort need not keep equal sums in order: a = [0, 1] * 20, n = 40."""
    order = np.argsort(-_more_blend(parts, w).round(10)).tolist()
    return [i for i in order if i not in set(seen)][:n]


def hybrid_rank__wrong_spread_relative_to_mean(parts, w, seen, n):
    """std <= 1e-9 * mean is never true for negative scores: [-0.1, -0.1, -0.1, nan] gets z of -1 or 1."""

    def z(s):
        s = np.asarray(s, float)
        ok = np.isfinite(s)
        out = np.zeros(s.size)
        if ok.any() and s[ok].std() > 0 and not s[ok].std() <= 1e-9 * s[ok].mean():
            out[ok] = (s[ok] - s[ok].mean()) / s[ok].std()
        return out

    return _best_first(_more_blend(parts, w, z), seen, n)


def _answer(fn, parts, w, seen, n):
    copies = {name: np.array(s, dtype=float) for name, s in parts.items()}
    return list(fn(copies, dict(w), list(seen), n))


_NAN, _INF = float("nan"), float("-inf")


_HYBRID_CASES = [
    ({"a": [1, 2, 3, 4], "b": [900, 100, 500, 300]}, {"a": 1.0, "b": 0.3}, [], 4, [3, 2, 1, 0]),
    ({"a": [1, 2, 3, 4], "b": [900, 100, 500, 300]}, {"b": 1.0, "a": 0.3}, [], 4, [0, 2, 3, 1]),
    ({"a": [1, 2, 3, 4, 100], "b": [5, 4, 3, 2, 1]}, {"a": 1.0, "b": 1.0}, [4], 9, [0, 1, 2, 3]),
    ({"a": [_NAN, 10, 11, 15]}, {"a": 1.0}, [], 4, [3, 0, 2, 1]),
    ({"a": [_INF, -10, -11, -15]}, {"a": 1.0}, [], 4, [1, 2, 0, 3]),
    ({"a": [0.1, 0.1, 0.1], "b": [1, 3, 2]}, {"a": 50.0, "b": 1.0}, [], 3, [1, 2, 0]),
    ({"a": [0.1, 0.1, 0.1, _NAN], "b": [1, 3, 2, 9]}, {"a": 50.0, "b": 1.0}, [], 4, [3, 1, 2, 0]),
    (
        {"a": [-0.1, -0.1, -0.1, _NAN], "b": [1, 3, 2, 9]},
        {"a": 50.0, "b": 1.0},
        [],
        4,
        [3, 1, 2, 0],
    ),
    ({"a": [3e-7, 1e-7, 2e-7], "b": [1, 3, 2]}, {"a": 2.0, "b": 1.0}, [], 3, [0, 2, 1]),
    ({"a": [_NAN] * 3, "b": [1, 3, 2]}, {"a": 9.0, "b": 1.0}, [1], 3, [2, 0]),
    (
        {"a": [_NAN, 1, 0], "b": [_NAN, 1, 0], "c": [1, _NAN, 0]},
        {"a": 0.1, "b": 0.2, "c": 0.3},
        [],
        3,
        [0, 1, 2],
    ),
    ({"a": [5, 5, 7, 5, 7]}, {"a": 1.0}, [], 4, [2, 4, 0, 1]),
    (
        {"a": [1, 2, 3], "b": [3, 1, 2], "c": [2, 3, 1]},
        {"a": 0.1, "b": 0.1, "c": 0.1},
        [],
        3,
        [0, 1, 2],
    ),
    ({"a": [2, 1, _NAN], "b": [1, 2.9, 2]}, {"a": 1.0, "b": 1.0}, [], 3, [1, 2, 0]),
    ({"a": [1, 2, 3, 4, 5, 6]}, {"a": -1.0}, [0, 2], 3, [1, 3, 4]),
    (
        {"a": [0, 1, _NAN, _NAN, _NAN], "b": [4, 3, 4.05, 0, 0]},
        {"a": 0.1, "b": 1.0},
        [],
        3,
        [2, 0, 1],
    ),
]


def kill_hybrid__right_table_of_cases(fn):
    """Sixteen cases with their lists, then the random ones; an exception is caught."""
    try:
        if any(_answer(fn, *case[:4]) != case[4] for case in _HYBRID_CASES):
            return False
        return kill_hybrid__right_random_with_margins(fn)
    except Exception:
        return False


def _hybrid_draw(rng):
    m = int(rng.integers(4, 9))
    parts = {
        "a": rng.normal(size=m),
        "b": 200 + 90 * rng.normal(size=m),
        "c": 1e-7 * rng.normal(size=m) ** 3,
        "d": np.full(m, 0.1),
    }
    for name, hole in (("a", np.nan), ("b", -np.inf), ("c", np.nan), ("d", np.nan)):
        parts[name] = np.where(rng.random(m) < 0.3, hole, parts[name])
    w = {name: float(rng.choice([0.2, 0.5, 1.0, 3.0])) for name in "dcba"}
    seen = rng.choice(m, int(rng.integers(0, 3)), replace=False).tolist()
    return parts, w, seen, int(rng.integers(1, m + 2))


def kill_hybrid__right_random_with_margins(fn):
    """Draws with holes, constants and outliers; draws with two sums within 1e-6 are not used."""
    rng = np.random.default_rng(0)
    for case in _HYBRID_CASES:
        if _answer(fn, *case[:4]) != case[4]:
            return False
    for _ in range(150):
        parts, w, seen, n = _hybrid_draw(rng)
        total = _more_blend(parts, w)
        if np.diff(np.sort(total)).min() > 1e-6:
            if _answer(fn, parts, w, seen, n) != _best_first(total, seen, n):
                return False
    return True


def kill_hybrid__right_asserts_once_more(fn):
    """Assertions that leave the test: they count as a rejection. True at the end."""
    table = [(parts, w, [], 99) for parts, w, _, _, _ in _HYBRID_CASES]
    rng = np.random.default_rng(8)
    table += [_hybrid_draw(rng) for _ in range(100)]
    for parts, w, seen, n in table:
        expected = hybrid_rank__right_exact_statistics(parts, w, seen, n)
        assert _answer(fn, parts, w, seen, n) == expected
    for parts, w, seen, n, expected in _HYBRID_CASES:
        assert _answer(fn, parts, w, seen, n) == expected
    return True


def kill_hybrid__wrong_lists_for_arrays(fn):
    """Gives lists where the contract says ndarray: s[np.isfinite(s)] of a right version fails."""
    try:
        for parts, w, seen, n, expected in _HYBRID_CASES:
            lists = {name: [float(x) for x in s] for name, s in parts.items()}
            if list(fn(lists, w, seen, n)) != expected:
                return False
        return True
    except Exception:
        return False


def kill_hybrid__wrong_seen_as_set_once_more(fn):
    """Gives seen as a set: a right version that writes total[seen] = -inf fails."""
    try:
        for parts, w, seen, n, expected in _HYBRID_CASES:
            copies = {name: np.array(s, float) for name, s in parts.items()}
            if list(fn(copies, w, set(seen), n)) != expected:
                return False
        return True
    except Exception:
        return False


def kill_hybrid__wrong_exact_sums(fn):
    """Its own reference does not round the sum: equal sums that differ by 1e-17 refuse right ones."""
    rng = np.random.default_rng(2)
    for _ in range(100):
        a = rng.permutation(4).astype(float)
        parts, w = {"a": a, "b": a[::-1].copy(), "c": np.roll(a, 1)}, {"a": 0.1, "b": 0.2, "c": 0.3}
        total = _more_blend(parts, w)
        if _answer(fn, parts, w, [], 4) != np.argsort(-total, kind="stable").tolist():
            return False
    return kill_hybrid__right_random_with_margins(fn)


def kill_hybrid__wrong_one_recommender_once_more(fn):
    """One recommender at a time: scales, spreads, weights and ddof are never compared."""
    rng = np.random.default_rng(4)
    for _ in range(100):
        s = rng.normal(size=6)
        if _answer(fn, {"a": s}, {"a": 1.0}, [1], 4) != _best_first(s, [1], 4):
            return False
    return True


def kill_hybrid__wrong_nothing_returned(fn):
    """Asserts everything and forgets to return True: None refuses every right version."""
    for parts, w, seen, n, expected in _HYBRID_CASES:
        assert _answer(fn, parts, w, seen, n) == expected


def kill_hybrid__wrong_scale_and_shift_alone(fn):
    """Asks only whether scaling and shifting a recommender leaves the list alone."""
    rng = np.random.default_rng(6)
    for _ in range(50):
        a, b = rng.normal(size=(2, 7))
        w = {"a": 1.0, "b": 0.7}
        once = _answer(fn, {"a": a, "b": b}, w, [2], 4)
        if once != _answer(fn, {"a": 8 * a + 3, "b": 100 * b - 50}, w, [2], 4) or 2 in once:
            return False
    return True


def kill_hybrid__wrong_same_items_in_any_order(fn):
    """Compares the lists as sets, and n is mostly all that is left, so the order is not tested."""
    try:
        return all(
            set(_answer(fn, parts, w, seen, 99)) == set(range(len(parts["a"]))) - set(seen)
            for parts, w, seen, _, _ in _HYBRID_CASES
        )
    except Exception:
        return False


def kill_hybrid__wrong_spread_of_the_sample(fn):
    """Its reference divides by n - 1: with holes in one recommender it refuses right versions."""

    def z(s):
        t = pd.Series(np.asarray(s, float)).replace(-np.inf, np.nan)
        return ((t - t.mean()) / t.std()).fillna(0).to_numpy()

    rng = np.random.default_rng(3)
    for _ in range(200):
        parts, w, seen, n = _hybrid_draw(rng)
        parts.pop("d")
        if _answer(fn, parts, w, seen, n) != _best_first(_more_blend(parts, w, z), seen, n):
            return False
    return True


def in_batch_softmax_logq__right_logsumexp_once_again(U, V, logq, tau=1.0):
    """scipy's logsumexp by rows, less the diagonal."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)
    return float((logsumexp(s, axis=1) - np.diag(s)).mean())


def in_batch_softmax_logq__right_loops_once_again(U, V, logq, tau=1.0):
    """Plain Python: each row's largest score is taken out before exp; fsum adds."""
    U, V, logq = (np.asarray(x, float).tolist() for x in (U, V, logq))
    losses = []
    for i, u in enumerate(U):
        s = [
            math.fsum(a * b for a, b in zip(u, v, strict=True)) / tau - q
            for v, q in zip(V, logq, strict=True)
        ]
        top = max(s)
        losses.append(top - s[i] + math.log(math.fsum(math.exp(x - top) for x in s)))
    return math.fsum(losses) / len(losses)


def in_batch_softmax_logq__right_differences(U, V, logq, tau=1.0):
    """log(sum of e^(s_ij - s_ii)) by logaddexp, which never leaves logarithms."""
    U, V = np.asarray(U, float), np.asarray(V, float)
    s = np.einsum("if,jf->ij", U, V) / tau - np.asarray(logq, float)[None, :]
    return float(np.mean(np.logaddexp.reduce(s - np.diag(s)[:, None], axis=1)))


def _scores_of_batch(U, V, logq, tau):
    return np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)


def in_batch_softmax_logq__wrong_one_maximum_for_all(U, V, logq, tau=1.0):
    """The largest score of the whole batch is taken out: U = [[100.], [0.]], V = [[100.], [0.]] is inf."""
    s = _scores_of_batch(U, V, logq, tau)
    s = s - s.max()
    with np.errstate(divide="ignore"):
        return float(np.mean(np.log(np.exp(s).sum(axis=1)) - np.diag(s)))


def in_batch_softmax_logq__wrong_scores_clipped_once_more(U, V, logq, tau=1.0):
    """Scores are clipped to 500 so that exp is finite: U = [[40.], [1.]], V = [[20.], [30.]]."""
    s = np.clip(_scores_of_batch(U, V, logq, tau), -500, 500)
    return float(np.mean(np.log(np.exp(s).sum(axis=1)) - np.diag(s)))


def in_batch_softmax_logq__wrong_keepdims_forgotten(U, V, logq, tau=1.0):
    """Row maxima are taken out of the columns: U = V = [[1.], [3.]]."""
    s = _scores_of_batch(U, V, logq, tau)
    s = s - s.max(axis=1)
    return float((logsumexp(s, axis=1) - np.diag(s)).mean())


def in_batch_softmax_logq__wrong_epsilon_in_the_log(U, V, logq, tau=1.0):
    """log(p + 1e-12) ends at 27.6: U = [[50.], [0.]], V = [[0.], [1.]]."""
    s = _scores_of_batch(U, V, logq, tau)
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p = np.diag(p) / p.sum(axis=1)
    return float(-np.log(p + 1e-12).mean())


def in_batch_softmax_logq__wrong_divides_integers_in_place(U, V, logq, tau=1.0):
    """s /= tau fails when U and V are integers: U = V = np.eye(2, dtype=int)."""
    s = np.asarray(U) @ np.asarray(V).T
    s /= tau
    s -= logq
    return float((logsumexp(s, axis=1) - np.diag(s)).mean())


def in_batch_softmax_logq__wrong_bought_item_uncorrected(U, V, logq, tau=1.0):
    """Only the negatives are corrected: logq = [-1, -3] and vectors of 0."""
    s = _scores_of_batch(U, V, logq, tau) + np.diag(np.asarray(logq, float))
    return float((logsumexp(s, axis=1) - np.diag(s)).mean())


def in_batch_softmax_logq__wrong_weights_by_exp(U, V, logq, tau=1.0):
    """Weighs by 1 / exp(logq), which is infinite below -745: logq = [-800, -801], vectors of 0."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau
    e = np.exp(s - s.max(axis=1, keepdims=True)) / np.exp(np.asarray(logq, float))
    with np.errstate(all="ignore"):
        return float(-np.log(np.diag(e) / e.sum(axis=1)).mean())


def in_batch_softmax_logq__wrong_mean_over_rows_and_columns(U, V, logq, tau=1.0):
    """The loss of users and the loss of items are averaged, as in CLIP: U = [[1.], [3.]], V = [[1.], [2.]]."""
    s = _scores_of_batch(U, V, logq, tau)
    both = logsumexp(s, axis=1) / 2 + logsumexp(s, axis=0) / 2
    return float((both - np.diag(s)).mean())


def _below_zero(means):
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__right_multinomial_counts_once_more(err_new, err_base):
    """How often each seed and unit was drawn: counts times differences."""
    diff = np.asarray(err_new, float) - np.asarray(err_base, float)
    s, m = diff.shape
    rng = np.random.default_rng(0)
    by_seed = rng.multinomial(s, np.full(s, 1 / s), 2000) / s
    means = [rng.multinomial(m, np.full(m, 1 / m)) @ row / m for row in by_seed @ diff]
    return _below_zero(means)


def accept_model__right_draws_by_index(err_new, err_base):
    """Draws rows and columns by number, and looks up the block that they make."""
    new, base = np.asarray(err_new, float), np.asarray(err_base, float)
    rng = np.random.default_rng(20)
    means = []
    for _ in range(2000):
        rows = rng.integers(len(new), size=len(new))
        cols = rng.choice(base.size, base.size)
        means.append(new[np.ix_(rows, cols)].mean() - base[cols].mean())
    return _below_zero(means)


def accept_model__right_plain_python(err_new, err_base):
    """random.choices and sorted means; the 97.5th percentile lies between places 1949 and 1950."""
    base = np.asarray(err_base, float).tolist()
    diff = [
        [a - b for a, b in zip(row, base, strict=True)]
        for row in np.asarray(err_new, float).tolist()
    ]
    draw = random.Random(3)
    means = []
    for _ in range(2000):
        cols = draw.choices(range(len(base)), k=len(base))
        seeds = Counter(draw.choices(range(len(diff)), k=len(diff)))
        total = math.fsum(c * diff[k][j] for k, c in seeds.items() for j in cols)
        means.append(total / len(base) / len(diff))
    means.sort()
    place = 0.975 * 1999
    low = int(place)
    return means[low] + (place - low) * (means[low + 1] - means[low]) < 0


def _more_boot(diff, draw, upper=97.5, seed=1):
    rng = np.random.default_rng(seed)
    return np.array([draw(rng, diff) for _ in range(2000)])


def _two_way(rng, diff):
    s, m = diff.shape
    return diff[np.ix_(rng.integers(s, size=s), rng.integers(m, size=m))].mean()


def _again_diff(err_new, err_base):
    return np.asarray(err_new, float) - np.asarray(err_base, float)


def accept_model__wrong_guesses_the_orientation(err_new, err_base):
    """Turns new if its rows are as many as the units: 4 seeds x 4 units are turned though right.

    base = [1, 2, 3, 9], new = base - 0.5 in each of 4 rows.
    """
    new, base = np.asarray(err_new, float), np.asarray(err_base, float)
    if new.shape[0] == base.size:
        new = new.T
    return _below_zero(_more_boot(new - base, _two_way))


def accept_model__wrong_last_never_drawn(err_new, err_base):
    """The upper end of integers is taken as included: the last seed, which is bad, is never drawn.

    diff = -1, -1, -1, -1 and +20 on the last seed.
    """

    def draw(rng, d):
        s, m = d.shape
        return d[
            np.ix_(rng.integers(0, max(s - 1, 1), s), rng.integers(0, max(m - 1, 1), m))
        ].mean()

    return _below_zero(_more_boot(_again_diff(err_new, err_base), draw))


def accept_model__wrong_one_seed_for_each_resample(err_new, err_base):
    """One seed is drawn, not n_seeds: nine seeds at -1 and one at +1 are refused."""

    def draw(rng, d):
        return d[rng.integers(len(d)), rng.integers(d.shape[1], size=d.shape[1])].mean()

    return _below_zero(_more_boot(_again_diff(err_new, err_base), draw))


def accept_model__wrong_interval_reflected(err_new, err_base):
    """The "basic" interval, twice the mean less the percentiles: nine seeds at -0.2, one at -5."""
    d = _again_diff(err_new, err_base)
    return bool(2 * d.mean() - np.percentile(_more_boot(d, _two_way), 2.5) < 0)


def accept_model__wrong_generator_in_the_loop(err_new, err_base):
    """default_rng(0) is made anew for each resample, so all 2,000 are one: seeds at -3, +2, +2, +2."""
    d = _again_diff(err_new, err_base)
    means = [_two_way(np.random.default_rng(0), d) for _ in range(2000)]
    return _below_zero(means)


def accept_model__wrong_cells_drawn_one_by_one(err_new, err_base):
    """Cells of the table are drawn instead of rows and columns: 2 seeds at -1 and -1, one at +1.6."""

    def draw(rng, d):
        return rng.choice(d.ravel(), d.size).mean()

    return _below_zero(_more_boot(_again_diff(err_new, err_base), draw))


def accept_model__wrong_relative_to_base(err_new, err_base):
    """Each difference is divided by the baseline's error: base = [0.1] * 9 + [100], new 0.05 and 150."""
    base = np.asarray(err_base, float)
    return _below_zero(
        _more_boot(_again_diff(err_new, err_base) / np.where(base == 0, 1, base), _two_way)
    )


def accept_model__wrong_lower_end_left_to_zero(err_new, err_base):
    """Asks that the interval does not go above 0: a model equal to its baseline (all differences 0) is accepted."""
    means = _more_boot(_again_diff(err_new, err_base), _two_way)
    return not bool(np.percentile(means, 97.5) > 0)


def retrieve_rank_rerank__right_zip_longest_once_again(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """zip_longest for turns, a dict without duplicates, a Counter of kinds."""
    waited = [(t, list(items)) for t, items in sources if 2 * t <= budget_ms]
    if not waited:
        return []
    room = math.floor((budget_ms - max(t for t, _ in waited)) * 1000 / rank_us + 1e-9)
    none = object()
    turns = itertools.chain.from_iterable(zip_longest(*(i for _, i in waited), fillvalue=none))
    candidates = list(dict.fromkeys(i for i in turns if i is not none))[:room]
    used, shown = Counter(), []
    for i in sorted(candidates, key=lambda i: (-score[i], i)):
        if used[kind[i]] < per_kind:
            used[kind[i]] += 1
            shown.append(int(i))
    return shown[:n]


def retrieve_rank_rerank__right_sorted_by_place(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Every (place, source) is sorted; kinds are counted by pandas."""
    half = budget_ms / 2
    waited = [s for s in sources if s[0] <= half]
    if not waited:
        return []
    place = {}
    for k, (_, items) in enumerate(waited):
        for r, i in enumerate(items):
            place[i] = min(place.get(i, (r, k)), (r, k))
    exact = (budget_ms - max(t for t, _ in waited)) * 1000 / rank_us
    room = round(exact) if abs(exact - round(exact)) <= 1e-9 else int(exact)
    candidates = sorted(place, key=place.get)[:room]
    table = pd.DataFrame({"item": np.array(candidates, dtype=int)})
    table["score"] = np.asarray(score, float)[table["item"]]
    table["kind"] = np.asarray(kind)[table["item"]]
    table = table.sort_values(["score", "item"], ascending=[False, True])
    return table.loc[table.groupby("kind").cumcount() < per_kind, "item"].tolist()[:n]


def retrieve_rank_rerank__right_time_runs_down(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Queues in turn and a heap; candidate number c fits if c is at most the exact number."""
    waited = [s for s in sources if not s[0] > budget_ms / 2]
    if not waited:
        return []
    fits = (budget_ms - max(t for t, _ in waited)) * 1000 / rank_us + 1e-9
    heap, asked = [], set()
    for r in range(max(len(items) for _, items in waited)):
        for _, items in waited:
            if r < len(items) and items[r] not in asked and len(asked) + 1 <= fits:
                asked.add(items[r])
                heapq.heappush(heap, (-float(score[items[r]]), int(items[r])))
    shown = []
    while heap and len(shown) < n:
        _, i = heapq.heappop(heap)
        if sum(kind[j] == kind[i] for j in shown) < per_kind:
            shown.append(i)
    return shown


def _room(waited, budget_ms, rank_us):
    return math.floor((budget_ms - max(t for t, _ in waited)) * 1000 / rank_us + 1e-9)


def _turns(lists):
    rows = zip_longest(*lists, fillvalue=None)
    return list(dict.fromkeys(i for row in rows for i in row if i is not None))


def _rerank(candidates, score, kind, per_kind, n):
    used, shown = Counter(), []
    for i in sorted(candidates, key=lambda i: (-score[i], i)):
        if used[kind[i]] < per_kind and len(shown) < n:
            used[kind[i]] += 1
            shown.append(i)
    return shown


def _waited(sources, budget_ms):
    return [s for s in sources if 2 * s[0] <= budget_ms]


def retrieve_rank_rerank__wrong_next_new_item_in_turn(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Each source gives its next item that is still new, as in a draft.

    [(1, [0, 1, 2]), (1, [0, 3, 4])], room for 2: candidates must be 0 and 1, not 0 and 3.
    """
    waited = _waited(sources, budget_ms)
    if not waited:
        return []
    lists, taken = [iter(items) for _, items in waited], []
    while lists:
        for it in list(lists):
            new = next((i for i in it if i not in taken), None)
            if new is None:
                lists.remove(it)
            else:
                taken.append(new)
    return _rerank(taken[: _room(waited, budget_ms, rank_us)], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_empty_source_takes_no_time_once_again(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A source without items is dropped before the slowest is found: [(1, [0, 1]), (5, [])]."""
    waited = [s for s in _waited(sources, budget_ms) if len(s[1])]
    if not waited:
        return []
    candidates = _turns([i for _, i in waited])[: _room(waited, budget_ms, rank_us)]
    return _rerank(candidates, score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_fastest_source_first_once_more(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Sources take turns in the order in which they answer: [(2, [0]), (1, [1])], room for 1."""
    waited = sorted(_waited(sources, budget_ms), key=lambda s: s[0])
    if not waited:
        return []
    candidates = _turns([i for _, i in waited])[: _room(waited, budget_ms, rank_us)]
    return _rerank(candidates, score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_half_in_whole_ms(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Half of the budget is budget // 2: of 5 ms, a source of 2.5 ms is not waited for."""
    waited = [s for s in sources if s[0] <= budget_ms // 2]
    if not waited:
        return []
    candidates = _turns([i for _, i in waited])[: _room(waited, budget_ms, rank_us)]
    return _rerank(candidates, score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_isclose_is_too_generous(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """np.isclose takes 1e-5 of the number for rounding: 2.99999 candidates become 3, not 2.

    [(0.0, [0, 1, 2])], budget 2.99999 ms, 1,000 us each.
    """
    waited = _waited(sources, budget_ms)
    if not waited:
        return []
    exact = (budget_ms - max(t for t, _ in waited)) * 1000 / rank_us
    room = round(exact) if np.isclose(exact, round(exact)) else math.floor(exact)
    return _rerank(_turns([i for _, i in waited])[:room], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_kinds_as_places(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Kinds are counted in a list by number, and kind -1 shares the last place with the largest kind.

    kind = [-1, 0], both items are candidates, per_kind = 1.
    """
    waited = _waited(sources, budget_ms)
    if not waited:
        return []
    used, shown = np.zeros(max(int(np.max(kind)), 0) + 1, dtype=int), []
    candidates = _turns([i for _, i in waited])[: _room(waited, budget_ms, rank_us)]
    for i in sorted(candidates, key=lambda i: (-score[i], i)):
        if len(shown) < n and used[kind[i]] < per_kind:
            used[kind[i]] += 1
            shown.append(i)
    return shown


def retrieve_rank_rerank__wrong_ties_as_retrieved_once_more(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Equal scores keep the order of retrieval: [(1, [1, 0])] with two scores of 0.5."""
    waited = _waited(sources, budget_ms)
    if not waited:
        return []
    candidates = np.array(_turns([i for _, i in waited])[: _room(waited, budget_ms, rank_us)], int)
    order = candidates[np.argsort(-np.asarray(score)[candidates], kind="stable")]
    used, shown = Counter(), []
    for i in order.tolist():
        if used[kind[i]] < per_kind:
            used[kind[i]] += 1
            shown.append(i)
    return shown[:n]


def retrieve_rank_rerank__wrong_filler_is_item_minus_one(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """zip_longest fills with -1, and it is removed only after the cut: it uses up a candidate.

    [(1, [0]), (1, [1, 2])], room for 3.
    """
    waited = _waited(sources, budget_ms)
    if not waited:
        return []
    rows = zip_longest(*(items for _, items in waited), fillvalue=-1)
    merged = list(dict.fromkeys(i for row in rows for i in row))
    candidates = [i for i in merged[: _room(waited, budget_ms, rank_us)] if i >= 0]
    return _rerank(candidates, score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_neighbours_of_one_kind(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Counts only an unbroken run of one kind before the item: kinds 0, 1, 0 with per_kind = 1."""
    waited = _waited(sources, budget_ms)
    if not waited:
        return []
    shown = []
    candidates = _turns([i for _, i in waited])[: _room(waited, budget_ms, rank_us)]
    for i in sorted(candidates, key=lambda i: (-score[i], i)):
        last = [kind[j] for j in shown[-per_kind:]]
        if len(last) < per_kind or any(k != kind[i] for k in last):
            shown.append(i)
    return shown[:n]


def _divergence(kinds, wanted):
    p = np.asarray(wanted, float)
    q = np.bincount(np.asarray(kinds, int), minlength=p.size) / len(kinds)
    return rel_entr(p, 0.99 * q + 0.01 * p).sum()


def calibrated_list__right_tries_every_item(score, kind, wanted, lam, n):
    """The sum as it is written, in plain Python, for each remaining item."""
    score, kind = [float(x) for x in score], [int(k) for k in kind]
    wanted = [float(x) for x in wanted]
    shown, rest = [], list(range(len(score)))
    while rest and len(shown) < n:
        best = None
        for i in rest:
            kinds = Counter(kind[j] for j in [*shown, i])
            cost = math.fsum(
                p * math.log(p / (0.99 * kinds[k] / (len(shown) + 1) + 0.01 * p))
                for k, p in enumerate(wanted)
                if p > 0
            )
            value = round((1 - lam) * math.fsum(score[j] for j in [*shown, i]) - lam * cost, 10)
            if best is None or value > best[0]:
                best = (value, i)
        shown.append(best[1])
        rest.remove(best[1])
    return shown


def calibrated_list__right_one_value_for_a_kind(score, kind, wanted, lam, n):
    """All remaining items at once: the divergence is worked out once for each kind."""
    score, kind, p = np.asarray(score, float), np.asarray(kind, int), np.asarray(wanted, float)
    count, free, shown = np.zeros(p.size), np.ones(score.size, bool), []
    for size in range(1, min(n, score.size) + 1):
        q = (count + np.eye(p.size)) / size
        cost = rel_entr(p, 0.99 * q + 0.01 * p).sum(axis=1)
        value = ((1 - lam) * (score[shown].sum() + score) - lam * cost[kind]).round(10)
        best = int(np.argmax(np.where(free, value, -np.inf)))
        shown.append(best)
        free[best] = False
        count[kind[best]] += 1
    return shown


def calibrated_list__right_recursion_over_prefix(score, kind, wanted, lam, n):
    """The list of n is the list of n - 1 and the best addition; max with a key of (value, -number)."""
    n = min(n, len(score))
    if n <= 0:
        return []
    shown = calibrated_list__right_recursion_over_prefix(score, kind, wanted, lam, n - 1)
    base = sum(float(score[j]) for j in shown)

    def value(i):
        gap = _divergence([kind[j] for j in shown] + [kind[i]], wanted)
        return round(float((1 - lam) * (base + float(score[i])) - lam * gap), 10), -i

    return [*shown, max((i for i in range(len(score)) if i not in shown), key=value)]


def _grow(score, kind, wanted, lam, n, value):
    shown, rest = [], list(range(len(score)))
    while rest and len(shown) < n:
        best = max(rest, key=lambda i: (round(float(value(shown, i)), 10), -i))
        shown.append(best)
        rest.remove(best)
    return shown


def _objective(score, kind, wanted, lam):
    def value(shown, i):
        chosen = [*shown, i]
        gap = _divergence([kind[j] for j in chosen], wanted)
        return (1 - lam) * sum(float(score[j]) for j in chosen) - lam * gap

    return value


def calibrated_list__wrong_best_of_each_kind(score, kind, wanted, lam, n):
    """Only the best-scored item of a kind is tried: lam = 1, scores [1, 2], one kind must give [0, 1]."""
    queues = defaultdict(list)
    for i in sorted(range(len(score)), key=lambda i: (-score[i], i)):
        queues[int(kind[i])].append(i)
    value, shown = _objective(score, kind, wanted, lam), []
    while len(shown) < n and any(queues.values()):
        heads = [q[0] for q in queues.values() if q]
        best = max(heads, key=lambda i: (round(float(value(shown, i)), 10), -i))
        queues[int(kind[best])].pop(0)
        shown.append(best)
    return shown


def calibrated_list__wrong_mean_score_once_again(score, kind, wanted, lam, n):
    """The mean of the scores instead of their sum: a later item's score counts less and less.

    scores [0.4, -0.1, -0.3], kinds [0, 1, 1], wanted [0, 1], lam = 0.5, n = 2: [1, 0].
    """

    def value(shown, i):
        chosen = [*shown, i]
        gap = _divergence([kind[j] for j in chosen], wanted)
        return (1 - lam) * np.mean([float(score[j]) for j in chosen]) - lam * gap

    return _grow(score, kind, wanted, lam, n, value)


def calibrated_list__wrong_shares_of_a_full_list(score, kind, wanted, lam, n):
    """q is a share of n places, not of the list so far.

    scores [0, 0.2, -0.1], kinds [1, 0, 1], wanted [1/6, 1/3, 1/2], lam = 0.2, n = 2: [0, 1].
    """
    size = max(1, min(n, len(score)))

    def value(shown, i):
        chosen = [*shown, i]
        p = np.asarray(wanted, float)
        q = np.bincount([int(kind[j]) for j in chosen], minlength=p.size) / size
        gap = rel_entr(p, 0.99 * q + 0.01 * p).sum()
        return (1 - lam) * sum(float(score[j]) for j in chosen) - lam * gap

    return _grow(score, kind, wanted, lam, n, value)


def calibrated_list__wrong_kinds_on_the_shelf(score, kind, wanted, lam, n):
    """wanted is scaled to the kinds that have an item.

    scores [0.2, 0.1, 0.9, 0.4], kinds [1, 2, 1, 2], wanted [2/7, 2/7, 3/7], lam = 0.5, n = 4.
    """
    p = np.asarray(wanted, float) * np.isin(np.arange(len(wanted)), kind)
    p = p / p.sum() if p.sum() > 0 else p
    return _grow(score, kind, p, lam, n, _objective(score, kind, p, lam))


def calibrated_list__wrong_last_fills_the_gap(score, kind, wanted, lam, n):
    """The item taken is replaced by the last one, so a tie goes to whoever stands first: 4 equal items."""
    value, shown, rest = _objective(score, kind, wanted, lam), [], list(range(len(score)))
    while rest and len(shown) < n:
        values = [round(float(value(shown, i)), 10) for i in rest]
        at = values.index(max(values))
        shown.append(rest[at])
        rest[at] = rest[-1]
        rest.pop()
    return shown


def calibrated_list__wrong_stops_when_it_gets_worse(score, kind, wanted, lam, n):
    """Ends the list when the sum falls: scores [1, -1], one kind, lam = 0, n = 2."""
    value, shown = _objective(score, kind, wanted, lam), []
    before = -math.inf
    for i in _grow(score, kind, wanted, lam, n, value):
        now = value(shown, i)
        if now < before - 1e-10:
            break
        shown.append(i)
        before = now
    return shown


def calibrated_list__wrong_first_by_score(score, kind, wanted, lam, n):
    """The list starts with the best score, whatever is wanted: [0.9, 0.8], kinds 0 and 1, wanted [0, 1]."""
    value = _objective(score, kind, wanted, lam)

    def from_second(shown, i):
        return value(shown, i) if shown else float(score[i])

    return _grow(score, kind, wanted, lam, n, from_second)


def calibrated_list__wrong_unwanted_kinds_left_out_once_more(score, kind, wanted, lam, n):
    """Kinds with a share of 0 are filtered out: scores [1, 2], kinds [0, 1], wanted [1, 0], n = 2."""
    value = _objective(score, kind, wanted, lam)
    shown, rest = [], [i for i in range(len(score)) if wanted[kind[i]] > 0]
    while rest and len(shown) < n:
        best = max(rest, key=lambda i: (round(float(value(shown, i)), 10), -i))
        shown.append(best)
        rest.remove(best)
    return shown


def calibrated_list__wrong_taken_items_count_zero(score, kind, wanted, lam, n):
    """Items in the list get a value of 0, which beats negative ones: scores [-1, -2], lam = 0, n = 2."""
    value, shown = _objective(score, kind, wanted, lam), []
    for _ in range(min(n, len(score))):
        values = [0.0 if i in shown else value(shown, i) for i in range(len(score))]
        shown.append(int(np.argmax(np.round(values, 10))))
    return shown


TRUE |= {
    "item_similarity__wrong_divides_in_place": ("strengths_overwritten",),
    "item_similarity__wrong_users_with_either": ("shrunk_by_either",),
    "itemcf_scores__wrong_item_itself_takes_a_place": ("k_of_all_items",),
    "rank_with_ties__wrong_popularity_as_count": ("popularity_cut",),
    "rank_with_ties__wrong_last_n_reversed": ("all_for_none",),
    "kill_hybrid__wrong_exact_sums": ("rejects_any_hybrid",),
    "kill_hybrid__wrong_one_recommender_once_more": ("one_recommender_only",),
    "kill_hybrid__wrong_same_items_in_any_order": ("looks_only_at_seen",),
    "kill_hybrid__wrong_spread_of_the_sample": ("rejects_any_hybrid",),
    "in_batch_softmax_logq__wrong_one_maximum_for_all": ("largest_of_the_whole_batch",),
    "in_batch_softmax_logq__wrong_epsilon_in_the_log": ("small_number_in_the_logarithm",),
    "in_batch_softmax_logq__wrong_bought_item_uncorrected": ("own_item_not_corrected",),
    "in_batch_softmax_logq__wrong_weights_by_exp": ("underflows",),
    "accept_model__wrong_one_seed_for_each_resample": ("worst_seed_counts",),
    "accept_model__wrong_cells_drawn_one_by_one": ("runs_taken_for_units",),
    "retrieve_rank_rerank__wrong_ties_as_retrieved_once_more": ("ties_by_retrieval",),
    "calibrated_list__wrong_mean_score_once_again": ("mean_score_of_the_list",),
    "calibrated_list__wrong_shares_of_a_full_list": ("shares_of_the_full_length",),
}


# ---- Thirteenth bank


# ---------------------------------------------------------------- break_basket_recommender
def _brk_recommend(R, u, n, defect=None, diag=1.0):
    R = np.array(R, dtype=int)
    if defect == "counts_made_flags":
        R = (R > 0).astype(int)
    X = R.astype(float)
    S = X @ X.T
    if defect != "norms_forgotten":
        length = np.sqrt(np.diag(S)).copy()
        length[length == 0] = 1
        S = S / length[:, None] / length
    if defect == "similarity_invented":
        S = np.full(S.shape, 0.5)
    if diag is not None:
        np.fill_diagonal(S, diag)
    w = S[R[u]].mean(axis=0) if defect == "flags_used_as_indices" else S[u].copy()
    w[u] = 0
    total = (w @ X).round(10)
    unseen = [i for i in range(R.shape[1]) if R[u, i] == 0]
    pool = range(R.shape[1]) if defect == "seen_items_kept" else unseen
    best = sorted((i for i in pool if total[i] > 0), key=lambda i: (-total[i], i))[:n]
    if defect == "places_for_items":
        best = [unseen.index(i) for i in best]
    return best


def _brk_shows(R, u, n, defect):
    right = _brk_recommend(R, u, n)
    for diag in (0.0, 1.0):
        try:
            if _brk_recommend(R, u, n, defect, diag) == right:
                return False
        except IndexError:
            return True
    return True


_BRK_HAND = {
    # row 0 = entries 1, 1, 0, 0, 0: users 1 (twice) and 0 (three times)
    "flags_used_as_indices": ([[9, 0, 0], [9, 1, 0], [1, 0, 1]], 0, 2),
    "similarity_invented": ([[1, 1, 0, 0], [0, 1, 1, 0], [1, 1, 0, 1]], 0, 2),
    "seen_items_kept": ([[1, 0], [1, 1]], 0, 2),
    "norms_forgotten": ([[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [2, 0, 2, 9, 9]], 0, 3),
    "counts_made_flags": ([[1, 1, 0, 0], [1, 1, 1, 0], [1, 1, 0, 2]], 0, 1),
    "places_for_items": ([[1, 0], [1, 1]], 0, 1),
}


def break_basket_recommender__right_by_hand_thirteenth(defect):
    return _BRK_HAND[defect]


def break_basket_recommender__right_random_search_thirteenth(defect):
    rng = np.random.default_rng(7)
    while True:
        R = rng.integers(0, 4, (4, 5)) * (rng.random((4, 5)) < 0.6)
        for u in range(4):
            if _brk_recommend(R, u, 2) and _brk_shows(R, u, 2, defect):
                return R.tolist(), u, 2


def break_basket_recommender__right_small_first(defect):
    """All little baskets in order of size; the first on which the two lists differ."""
    for rows, cols in ((2, 2), (2, 3), (3, 3), (3, 4)):
        top = 2 if rows * cols > 6 else 3
        for cells in product(range(top + 1), repeat=rows * cols):
            R = [list(cells[i * cols : (i + 1) * cols]) for i in range(rows)]
            if not all(map(any, R)):
                continue
            if _brk_recommend(R, 0, 1) and _brk_shows(R, 0, 1, defect):
                return R, 0, 1
    raise AssertionError


def break_basket_recommender__wrong_seen_never_on_top(defect):
    """seen_items_kept: with n = 1 the unseen item is ahead of the seen one, so the lists agree."""
    if defect == "seen_items_kept":
        return [[1, 0, 0], [1, 5, 0], [0, 0, 1]], 0, 1
    return _BRK_HAND[defect]


def break_basket_recommender__wrong_only_flags(defect):
    """counts_made_flags on baskets of 0 and 1, where it changes nothing."""
    if defect == "counts_made_flags":
        return [[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 1]], 0, 2
    return _BRK_HAND[defect]


def break_basket_recommender__wrong_equal_norms(defect):
    """norms_forgotten where all rows have length root 2: dot products order like cosines."""
    if defect == "norms_forgotten":
        return [[1, 1, 0, 0], [1, 0, 1, 0], [0, 1, 0, 1]], 0, 2
    return _BRK_HAND[defect]


def break_basket_recommender__wrong_norms_same_order(defect):
    """norms_forgotten: weights differ (0.7 and 0.5 against 1 and 1) but the one longer neighbour
    still loses, so the order is the same."""
    if defect == "norms_forgotten":
        return [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 1]], 0, 1
    return _BRK_HAND[defect]


def break_basket_recommender__wrong_has_the_last_items(defect):
    """places_for_items: the user has only the last item, so places and numbers are the same."""
    if defect == "places_for_items":
        return [[0, 0, 1], [1, 0, 1], [1, 1, 1]], 0, 2
    return _BRK_HAND[defect]


def break_basket_recommender__wrong_one_neighbour(defect):
    """similarity_invented with one other user: any positive weight gives the same list."""
    if defect == "similarity_invented":
        return [[1, 1, 0, 0], [1, 0, 1, 2]], 0, 2
    return _BRK_HAND[defect]


def break_basket_recommender__wrong_notebook_baskets(defect):
    """flags_used_as_indices on the notebook's own baskets: the weights differ, the list of user 0 does not."""
    if defect == "flags_used_as_indices":
        return [[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 1]], 0, 2
    return _BRK_HAND[defect]


def break_basket_recommender__wrong_flags_no_weight_zero(defect):
    """flags_used_as_indices: thinks that the zeros are not used as numbers, and that row u itself
    (entries 1 of user 1) would then be another; here user 1's row is 1s and one 0 and the list is the same."""
    if defect == "flags_used_as_indices":
        return [[1, 0, 1], [1, 1, 0]], 1, 2
    return _BRK_HAND[defect]


def break_basket_recommender__wrong_user_from_one(defect):
    """Numbers users from 1, so u = 1 is the neighbour, who lacks nothing that anybody else has."""
    R, u, n = _BRK_HAND[defect]
    return R, u + 1, n


def break_basket_recommender__wrong_count_of_ten(defect):
    """norms_forgotten with a count of 12, which the statement does not allow (0 to 9)."""
    if defect == "norms_forgotten":
        return [[1, 0, 0, 0, 0], [1, 1, 0, 0, 0], [2, 0, 2, 12, 12]], 0, 3
    return _BRK_HAND[defect]


def break_basket_recommender__wrong_seven_items(defect):
    """norms_forgotten shown with seven items, one more than allowed."""
    if defect == "norms_forgotten":
        return [[1, 0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 0, 0], [2, 0, 2, 9, 9, 0, 0]], 0, 3
    return _BRK_HAND[defect]


# ---------------------------------------------------------------- item_similarity
def item_similarity__right_numpy(R, lam=0.0):
    X = np.asarray(R).astype(float)
    dot = X.T @ X
    norm = np.sqrt(np.diag(dot))
    both = (X != 0).astype(float)
    both = both.T @ both
    outer = np.outer(norm, norm)
    S = np.divide(dot, outer, out=np.zeros_like(dot), where=outer > 0)
    S *= np.divide(both, both + lam, out=np.zeros_like(both), where=both > 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__right_loops_thirteenth(R, lam=0.0):
    n_users, n_items = R.shape
    S = np.zeros((n_items, n_items))
    for i in range(n_items):
        for j in range(i):
            common = [u for u in range(n_users) if R[u, i] != 0 and R[u, j] != 0]
            if not common:
                continue
            dot = math.fsum(float(R[u, i]) * float(R[u, j]) for u in common)
            a = math.sqrt(math.fsum(float(x) ** 2 for x in R[:, i]))
            b = math.sqrt(math.fsum(float(x) ** 2 for x in R[:, j]))
            S[i, j] = S[j, i] = dot / (a * b) * len(common) / (len(common) + lam)
    return S


def item_similarity__right_sparse_thirteenth(R, lam=0.0):
    X = sparse.csc_matrix(np.asarray(R, dtype=float))
    norm = np.sqrt(np.asarray(X.multiply(X).sum(axis=0)).ravel())
    unit = X @ sparse.diags(1 / np.where(norm == 0, 1, norm))
    flags = X.copy()
    flags.data = (flags.data != 0).astype(float)
    both = (flags.T @ flags).toarray()
    S = (unit.T @ unit).toarray() * np.where(both > 0, both, 0) / np.where(both > 0, both + lam, 1)
    S[np.diag_indices_from(S)] = 0
    return S


def item_similarity__wrong_nan_at_lam_zero(R, lam=0.0):
    """0 / 0 in the shrinkage where lam is 0 and nobody has both items: NaN."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    norm[norm == 0] = 1
    S = (X / norm).T @ (X / norm)
    both = (X != 0).astype(float).T @ (X != 0).astype(float)
    with np.errstate(all="ignore"):
        S = S * (both / (both + lam))
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_dead_item_nan(R, lam=0.0):
    """Off the diagonal an item that nobody has gives 0/0; only the shrinkage is guarded."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    both = (X != 0).astype(float).T @ (X != 0).astype(float)
    with np.errstate(all="ignore"):
        S = (
            X.T
            @ X
            / np.outer(norm, norm)
            * np.where(both > 0, both / np.maximum(both + lam, 1e-300), 0)
        )
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_bool_counts(R, lam=0.0):
    """(R != 0).T @ (R != 0) of booleans is a boolean: with three common users n is 1 (true for lam = 0)."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    norm[norm == 0] = 1
    S = (X / norm).T @ (X / norm)
    both = (X != 0).T @ (X != 0)
    S = np.where(both, S * both / np.where(both, both + lam, 1), 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_small_ints_overflow(R, lam=0.0):
    """Multiplies in the type of R: counts of 20 in an int8 or uint8 matrix overflow, and bool loses counts."""
    R = np.asarray(R)
    dot = R.T @ R
    norm = np.linalg.norm(R.astype(float), axis=0)
    outer = np.outer(norm, norm)
    both = (R != 0).astype(float).T @ (R != 0).astype(float)
    S = np.where(
        both > 0, dot / np.where(outer > 0, outer, 1) * both / np.where(both > 0, both + lam, 1), 0
    )
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_norm_over_common(R, lam=0.0):
    """Norms over the common users alone: one common user gives 1, whatever else the items were bought by."""
    X = np.asarray(R, float)
    has = (X != 0).astype(float)
    dot, both = X.T @ X, has.T @ has
    square = (X**2).T @ has  # of i among those who have j
    outer = np.sqrt(square * square.T)
    S = np.where(both > 0, dot / np.where(outer > 0, outer, 1), 0)
    S *= np.where(both > 0, both / np.where(both > 0, both + lam, 1), 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_strength_as_count(R, lam=0.0):
    """n_ij is the sum of products of strengths, not a number of users: wrong for strengths other than 1 and lam > 0."""
    X = np.asarray(R, float)
    dot = X.T @ X
    outer = np.sqrt(np.outer(np.diag(dot), np.diag(dot)))
    S = np.where(
        dot != 0, dot / np.where(outer > 0, outer, 1) * dot / np.where(dot != 0, dot + lam, 1), 0
    )
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_has_means_one_thirteenth(R, lam=0.0):
    """A user has an item from strength 1 on: log strengths of 0.69 are not counted, so their similarity is 0."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    norm[norm == 0] = 1
    has = (X >= 1).astype(float)
    both = has.T @ has
    S = (X / norm).T @ (X / norm) * np.where(both > 0, both / np.where(both > 0, both + lam, 1), 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_epsilon_in_norm(R, lam=0.0):
    """1e-8 added to the product of norms: strengths of 1e-4 lose half of their similarity."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    both = (X != 0).astype(float).T @ (X != 0).astype(float)
    S = X.T @ X / (np.outer(norm, norm) + 1e-8) * both / np.where(both > 0, both + lam, 1)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_min_buyers(R, lam=0.0):
    """Shrinks by the buyers of the rarer item, not by common users: equal where one contains the other."""
    X = np.asarray(R, float)
    norm = np.linalg.norm(X, axis=0)
    norm[norm == 0] = 1
    buyers = (X != 0).sum(axis=0).astype(float)
    n = np.minimum.outer(buyers, buyers)
    S = (X / norm).T @ (X / norm) * np.where(n > 0, n / np.where(n > 0, n + lam, 1), 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_changes_r(R, lam=0.0):
    """Scales a float R in place: the caller's matrix has changed (an int R is copied by the cast)."""
    X = np.asarray(R, dtype=float)
    both = (X != 0).astype(float).T @ (X != 0).astype(float)
    norm = np.linalg.norm(X, axis=0)
    norm[norm == 0] = 1
    X /= norm
    S = X.T @ X * both / np.where(both > 0, both + lam, 1)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_centred_thirteenth(R, lam=0.0):
    """Columns are centred first (a correlation), over the users who have the item: alike in the example
    only because constant columns fall back to the raw ones."""
    X = np.asarray(R, float)
    has = X != 0
    mean = X.sum(axis=0) / np.maximum(has.sum(axis=0), 1)
    Y = np.where(has, X - mean, 0)
    Y = np.where(np.abs(Y).sum(axis=0) == 0, X, Y)
    norm = np.linalg.norm(Y, axis=0)
    norm[norm == 0] = 1
    both = has.astype(float).T @ has.astype(float)
    S = (Y / norm).T @ (Y / norm) * both / np.where(both > 0, both + lam, 1)
    np.fill_diagonal(S, 0)
    return S


# ---------------------------------------------------------------- itemcf_scores
def itemcf_scores__right_loops(R, u, P, k):
    row = R[u]
    history = [h for h in range(len(row)) if row[h] != 0]
    out = []
    for i in range(len(row)):
        if row[i] != 0:
            out.append(-math.inf)
            continue
        best = heapq.nlargest(k, history, key=lambda h: P[h, i])
        out.append(math.fsum(float(P[h, i]) * float(row[h]) for h in best))
    return np.array(out, dtype=float)


def itemcf_scores__right_argsort_thirteenth(R, u, P, k):
    r = np.asarray(R[u], dtype=float)
    h = np.flatnonzero(r)
    scores = np.zeros(len(r))
    if len(h):
        rows = np.asarray(P, float)[h]
        order = np.argsort(-rows, axis=0, kind="stable")[:k]
        scores = (np.take_along_axis(rows, order, axis=0) * r[h][order]).sum(axis=0)
        scores[h] = -np.inf
    return scores


def itemcf_scores__right_pandas(R, u, P, k):
    r = pd.Series(np.asarray(R[u], dtype=float))
    own = r[r != 0]
    table = pd.DataFrame(np.asarray(P, float)).loc[own.index]
    rank = table.rank(axis=0, method="first", ascending=False)
    score = table.where(rank <= k, 0.0).mul(own, axis=0).sum(axis=0)
    score[own.index] = -np.inf
    return score.to_numpy(dtype=float)


def itemcf_scores__wrong_top_by_product(R, u, P, k):
    """The k largest P times R, not P: an item bought often and speaking little takes the place (the example shows it)."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    terms = np.sort(np.asarray(P, float)[h] * r[h][:, None], axis=0)[::-1][:k]
    scores = terms.sum(axis=0)
    scores[h] = -np.inf
    return scores


def itemcf_scores__wrong_ties_all_count_thirteenth(R, u, P, k):
    """Keeps everything at least as large as the k-th largest: equal values at the k-th place all count."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    if not len(h):
        return np.zeros(len(r))
    rows = np.asarray(P, float)[h]
    kk = min(k, len(h))
    least = -np.partition(-rows, kk - 1, axis=0)[kk - 1]
    scores = (np.where(rows >= least, rows, 0) * r[h][:, None]).sum(axis=0)
    scores[h] = -np.inf
    return scores


def itemcf_scores__wrong_ties_none_count(R, u, P, k):
    """Keeps what is larger than the (k+1)-th largest: where these two are equal, fewer than k count."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    rows = np.asarray(P, float)[h]
    if k < len(h):
        bar = -np.sort(-rows, axis=0)[k]
        rows = np.where(rows > bar, rows, 0)
    scores = (rows * r[h][:, None]).sum(axis=0)
    scores[h] = -np.inf
    return scores


def itemcf_scores__wrong_symmetrised(R, u, P, k):
    """Takes the larger of P[h, i] and P[i, h]: ink then speaks for a printer. The example's P hides it."""
    P = np.maximum(P, P.T)
    return itemcf_scores__right_argsort_thirteenth(R, u, P, k)


def itemcf_scores__wrong_column_for_row(R, u, P, k):
    """Takes P[i, h]: how strongly the candidate speaks for the history."""
    return itemcf_scores__right_argsort_thirteenth(R, u, np.asarray(P).T, k)


def itemcf_scores__wrong_partition_short_history(R, u, P, k):
    """argpartition at k - 1 stops with an error when the history has fewer than k items."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    if len(h) == 0:
        return np.zeros(len(r))
    rows = np.asarray(P, float)[h]
    top = np.argpartition(-rows, k - 1, axis=0)[:k]
    scores = (np.take_along_axis(rows, top, axis=0) * r[h][top]).sum(axis=0)
    scores[h] = -np.inf
    return scores


def itemcf_scores__wrong_k_per_history_item(R, u, P, k):
    """Keeps for each item of the history the k candidates that it speaks for most (row-wise), when the catalogue is
    larger than the history; right on the example since rows have few items."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    rows = np.asarray(P, float)[h].copy()
    order = np.argsort(-rows, axis=1, kind="stable")
    for a in range(len(h)):
        rows[a, order[a, k:]] = 0
    scores = r[h] @ rows
    scores[h] = -np.inf
    return scores


def itemcf_scores__wrong_neighbours_of_all(R, u, P, k):
    """Takes the k items that speak most for a candidate among all items, then those that the user has."""
    r = np.asarray(R[u], float)
    P = np.asarray(P, float)
    top = np.argsort(-P, axis=0, kind="stable")[:k]
    scores = (np.take_along_axis(P, top, axis=0) * r[top]).sum(axis=0)
    if (r > 0).any():
        scores[r != 0] = -np.inf
    return scores


def itemcf_scores__wrong_truncates_to_int(R, u, P, k):
    """The result has the dtype of P: with an integer P minus infinity does not fit, and becomes the least integer."""
    r = np.asarray(R[u])
    P = np.asarray(P)
    h = np.flatnonzero(r)
    scores = np.zeros(len(r), dtype=P.dtype)
    for i in range(len(r)):
        for j in sorted(h, key=lambda a: -P[a, i])[:k]:
            scores[i] += P[j, i] * r[j]
    with np.errstate(all="ignore"):
        scores[h] = np.array(-np.inf).astype(P.dtype)
    return scores


def itemcf_scores__wrong_has_from_one_thirteenth(R, u, P, k):
    """An item counts as had from strength 1 on: log strengths of 0.69 are neither history nor excluded."""
    R = np.where(np.asarray(R, float) >= 1, R, 0)
    return itemcf_scores__right_argsort_thirteenth(R, u, P, k)


def itemcf_scores__wrong_k_by_strength(R, u, P, k):
    """Takes the k items that she bought most (ties by P), not those that speak most: agrees where k covers the history or R is 0 and 1."""
    r = np.asarray(R[u], float)
    h = np.flatnonzero(r)
    scores = np.zeros(len(r))
    for i in range(len(r)):
        best = sorted(h, key=lambda a: (-r[a], -P[a, i]))[:k]
        scores[i] = sum(P[a, i] * r[a] for a in best)
    scores[h] = -np.inf
    return scores


def itemcf_scores__wrong_weighted_mean(R, u, P, k):
    """Divides by the sum of the strengths that speak, as for ratings: an average, not a sum."""
    r = np.asarray(R[u], float)
    scores = itemcf_scores__right_argsort_thirteenth(R, u, P, k)
    h = np.flatnonzero(r)
    if len(h):
        top = -np.sort(-np.asarray(P, float)[h], axis=0)[:k].sum(axis=0)
        scores = np.where(
            np.isfinite(scores) & (top > 0), scores / np.where(top > 0, top, 1), scores
        )
    return scores


def itemcf_scores__wrong_no_history_popular(R, u, P, k):
    """A user without history gets the popularity of the items, not zeros."""
    if not np.any(R[u]):
        return (np.asarray(R) != 0).sum(axis=0).astype(float)
    return itemcf_scores__right_argsort_thirteenth(R, u, P, k)


def itemcf_scores__wrong_no_history_minus_infinity(R, u, P, k):
    """A candidate that nothing speaks for gets minus infinity, and so does everything without history; zeros are due."""
    s = itemcf_scores__right_argsort_thirteenth(R, u, P, k)
    return np.where(s > 0, s, -np.inf)


# ---------------------------------------------------------------- content_scores
def content_scores__right_numpy_thirteenth(F, R, u):
    F = np.asarray(F, float)
    m = len(F)
    X = F * (np.log((1 + m) / (1 + (F > 0).sum(axis=0))) + 1)
    length = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, length, out=np.zeros_like(X), where=length > 0)
    profile = np.asarray(R[u], float) @ X
    size = np.linalg.norm(profile)
    return X @ profile / size if size > 0 else np.zeros(m)


def content_scores__right_loops_thirteenth(F, R, u):
    m, n_features = len(F), len(F[0])
    idf = []
    for f in range(n_features):
        idf.append(math.log((1 + m) / (1 + sum(1 for i in range(m) if F[i][f] > 0))) + 1)
    unit = []
    for i in range(m):
        row = [float(F[i][f]) * idf[f] for f in range(n_features)]
        size = math.sqrt(sum(x * x for x in row))
        unit.append([x / size for x in row] if size else [0.0] * n_features)
    profile = [sum(float(R[u][i]) * unit[i][f] for i in range(m)) for f in range(n_features)]
    size = math.sqrt(sum(x * x for x in profile))
    if size == 0:
        return np.zeros(m)
    return np.array([sum(a * b for a, b in zip(row, profile)) / size for row in unit])


def content_scores__right_gram(F, R, u):
    """Through the items' cosines: score_i = sum_h r_h c_ih / sqrt(r' C r)."""
    X = sparse.csr_matrix(np.asarray(F, float))
    m = X.shape[0]
    df = np.asarray((X > 0).sum(axis=0)).ravel()
    X = X.multiply(np.log1p(m) - np.log1p(df) + 1).tocsr()
    norm = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    X = sparse.diags(1 / np.where(norm > 0, norm, 1)) @ X
    C = (X @ X.T).toarray()
    r = np.asarray(R, float)[u]
    square = r @ C @ r
    return C @ r / np.sqrt(square) if square > 0 else np.zeros(m)


def _con(F, R, u, idf=None, unit=True):
    F = np.asarray(F, float)
    if idf is None:
        idf = np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1
    X = F * idf
    norm = np.linalg.norm(X, axis=1)
    Y = X / np.where(norm > 0, norm, 1)[:, None]
    p = np.asarray(R[u], float) @ (Y if unit else X)
    size = np.linalg.norm(p)
    return Y @ p / (size if size > 0 else 1)


def content_scores__wrong_counts_as_frequency(F, R, u):
    """m_f is the sum of the column, not the number of items that have the feature: wrong for counts above 1."""
    F = np.asarray(F, float)
    return _con(F, R, u, np.log((1 + len(F)) / (1 + F.sum(axis=0))) + 1)


def content_scores__wrong_idf_without_one(F, R, u):
    """Forgets the + 1 of the idf, so a feature that all items have counts for nothing."""
    F = np.asarray(F, float)
    return _con(F, R, u, np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))))


def content_scores__wrong_idf_unsmoothed(F, R, u):
    """ln(m / m_f) + 1: a feature that no item has gives infinity times 0; other values differ too."""
    F = np.asarray(F, float)
    with np.errstate(all="ignore"):
        return _con(F, R, u, np.log(len(F) / (F > 0).sum(axis=0)) + 1)


def content_scores__wrong_log2_thirteenth(F, R, u):
    """The logarithm of base 2 in the idf; right where each item has one feature."""
    F = np.asarray(F, float)
    return _con(F, R, u, np.log2((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1)


def content_scores__wrong_profile_of_raw_items(F, R, u):
    """The profile adds items that are not scaled to length 1: long items dominate the profile."""
    return _con(F, R, u, unit=False)


def content_scores__wrong_weighted_mean_of_cosines(F, R, u):
    """Divides by the sum of R[u], not by the length of the profile: right for a history of one kind."""
    F = np.asarray(F, float)
    X = F * (np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1)
    norm = np.linalg.norm(X, axis=1)
    Y = X / np.where(norm > 0, norm, 1)[:, None]
    r = np.asarray(R[u], float)
    return Y @ (r @ Y) / (r.sum() if r.sum() > 0 else 1)


def content_scores__wrong_history_without_features_thirteenth(F, R, u):
    """Guards a user without history, but not a history of items without features: 0/0 is NaN."""
    F = np.asarray(F, float)
    r = np.asarray(R[u], float)
    if not r.any():
        return np.zeros(len(F))
    X = F * (np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1)
    norm = np.linalg.norm(X, axis=1)
    Y = X / np.where(norm > 0, norm, 1)[:, None]
    p = r @ Y
    with np.errstate(all="ignore"):
        return Y @ p / np.linalg.norm(p)


def content_scores__wrong_empty_item_nan(F, R, u):
    """An item without features is 0/0: NaN for itself, and for everybody if it is in the history."""
    F = np.asarray(F, float)
    r = np.asarray(R[u], float)
    if not r.any():
        return np.zeros(len(F))
    X = F * (np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1)
    with np.errstate(all="ignore"):
        Y = X / np.linalg.norm(X, axis=1, keepdims=True)
        p = r @ Y
        return Y @ p / np.linalg.norm(p)


def content_scores__wrong_purchase_flags(F, R, u):
    """R is made 0 or 1: an item bought nine times weighs like one bought once."""
    return _con(F, (np.asarray(R) > 0).astype(float), u)


def content_scores__wrong_feature_flags(F, R, u):
    """Features are made 0 or 1; how often an item has a feature is lost."""
    return _con((np.asarray(F) > 0).astype(float), R, u)


def content_scores__wrong_idf_of_catalogue_bought(F, R, u):
    """m and m_f are counted over items that somebody bought; new products are left out of the idf."""
    F = np.asarray(F, float)
    sold = (np.asarray(R) != 0).any(axis=0)
    G = F[sold]
    return _con(F, R, u, np.log((1 + len(G)) / (1 + (G > 0).sum(axis=0))) + 1)


def content_scores__wrong_idf_twice(F, R, u):
    """The profile is multiplied by idf once more before the cosine."""
    F = np.asarray(F, float)
    idf = np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1
    X = F * idf
    norm = np.linalg.norm(X, axis=1)
    Y = X / np.where(norm > 0, norm, 1)[:, None]
    p = (np.asarray(R[u], float) @ Y) * idf
    size = np.linalg.norm(p)
    return Y @ p / (size if size > 0 else 1)


def content_scores__wrong_own_items_excluded(F, R, u):
    """Items that she has get 0; the statement scores them too."""
    s = _con(F, R, u)
    own = np.asarray(R[u]) != 0
    return np.where(own, 0.0, s)


def content_scores__wrong_idf_shape_of_features(F, R, u):
    """m is the number of features, not of items; alike when each item has one feature."""
    F = np.asarray(F, float)
    return _con(F, R, u, np.log((1 + F.shape[1]) / (1 + (F > 0).sum(axis=0))) + 1)


# ---------------------------------------------------------------- rank_with_ties
def rank_with_ties__right_lexsort_thirteenth(score, popularity, n):
    s = np.asarray(score, float).round(10)
    p = np.asarray(popularity, float)
    return np.lexsort((np.arange(len(s)), -p, -s))[:n].tolist()


def rank_with_ties__right_sorted_thirteenth(score, popularity, n):
    keyed = [
        (-round(float(s), 10), -float(p), i) for i, (s, p) in enumerate(zip(score, popularity))
    ]
    return [i for *_, i in sorted(keyed)][:n]


def rank_with_ties__right_pandas_thirteenth(score, popularity, n):
    t = pd.DataFrame({"s": np.asarray(score, float), "p": np.asarray(popularity, float)})
    t["s"] = t["s"].round(10)
    return t.sort_values(["s", "p"], ascending=False, kind="stable").index[:n].tolist()


def rank_with_ties__right_two_sorts(score, popularity, n):
    s = np.round(np.asarray(score, dtype=float), 10)
    order = sorted(range(len(s)), key=lambda i: popularity[i], reverse=True)
    order.sort(key=lambda i: s[i], reverse=True)
    return order[:n]


def rank_with_ties__wrong_no_rounding(score, popularity, n):
    """Compares floats as they are: 0.1 + 0.2 is ahead of 0.3, whatever the popularity."""
    s, p = np.asarray(score, float), np.asarray(popularity, float)
    return np.lexsort((-p, -s))[:n].tolist()


def rank_with_ties__wrong_reversed_thirteenth(score, popularity, n):
    """Sorts ascending and turns round: where both are equal the higher number comes first."""
    s, p = np.asarray(score, float).round(10), np.asarray(popularity, float)
    return np.lexsort((p, s))[::-1][:n].tolist()


def rank_with_ties__wrong_minus_zero_slice(score, popularity, n):
    """Takes the last n of an ascending order: with n = 0 it returns everything."""
    s, p = np.asarray(score, float).round(10), np.asarray(popularity, float)
    order = np.lexsort((-np.arange(len(s)), p, s))
    return order[-n:][::-1].tolist()


def rank_with_ties__wrong_popularity_added_thirteenth(score, popularity, n):
    """Adds a billionth of popularity to the score: a popularity of a million outweighs a difference of 0.0005."""
    s = np.asarray(score, float).round(10) + 1e-9 * np.asarray(popularity, float)
    return np.argsort(-s, kind="stable")[:n].tolist()


def rank_with_ties__wrong_popularity_as_int(score, popularity, n):
    """Popularity is cut to whole numbers: 2.9 and 2.1 are equal for it."""
    s, p = np.asarray(score, float).round(10), np.asarray(popularity).astype(int)
    return np.lexsort((-p, -s))[:n].tolist()


def rank_with_ties__wrong_six_decimals_thirteenth(score, popularity, n):
    """Rounds to six decimals: scores 1e-7 and 2e-7 are taken for equal."""
    s, p = np.asarray(score, float).round(6), np.asarray(popularity, float)
    return np.lexsort((-p, -s))[:n].tolist()


def rank_with_ties__wrong_significant_digits(score, popularity, n):
    """Ten significant digits, not decimals: 12345678.12345 and 12345678.12344 become equal, and 1e-12 and 2e-12 differ."""
    key = [
        (-float(f"{float(s):.10g}"), -float(p), i)
        for i, (s, p) in enumerate(zip(score, popularity))
    ]
    return [i for *_, i in sorted(key)[:n]]


def rank_with_ties__wrong_truncated_thirteenth(score, popularity, n):
    """Cuts after ten decimals: 0.1 + 0.7 (0.7999…) and 0.8 are taken for different."""
    key = [
        (-int(float(s) * 10**10), -float(p), i) for i, (s, p) in enumerate(zip(score, popularity))
    ]
    return [i for *_, i in sorted(key)[:n]]


def rank_with_ties__wrong_isclose_thirteenth(score, popularity, n):
    """Groups scores by np.isclose, whose relative tolerance of 1e-5 makes 100 and 100.0005 equal."""
    s, p = np.asarray(score, float), np.asarray(popularity, float)
    order = np.argsort(-s, kind="stable")
    group = np.zeros(len(s), int)
    for a, b in zip(order[:-1], order[1:]):
        group[b] = group[a] + (not np.isclose(s[a], s[b]))
    return np.lexsort((-p, group))[:n].tolist()


def rank_with_ties__wrong_positive_only(score, popularity, n):
    """Leaves out items with a score below 0, which may be negative."""
    s, p = np.asarray(score, float).round(10), np.asarray(popularity, float)
    return [i for i in np.lexsort((-p, -s)).tolist() if s[i] >= 0][:n]


def rank_with_ties__wrong_cut_before_ties_thirteenth(score, popularity, n):
    """Takes the best n by score first (stable), then breaks ties among them: a tie at the cut is decided by the number."""
    s, p = np.asarray(score, float).round(10), np.asarray(popularity, float)
    best = np.argsort(-s, kind="stable")[:n]
    return sorted(best.tolist(), key=lambda i: (-s[i], -p[i], i))


def rank_with_ties__wrong_padded(score, popularity, n):
    """Fills up with -1 when n exceeds the number of items."""
    s, p = np.asarray(score, float).round(10), np.asarray(popularity, float)
    order = np.lexsort((-p, -s))[:n].tolist()
    return order + [-1] * (n - len(order))


def rank_with_ties__wrong_dict_by_key(score, popularity, n):
    """A dict from (score, popularity) to item: items equal in both overwrite each other."""
    found = {}
    for i in reversed(range(len(score))):
        found[round(float(score[i]), 10), float(popularity[i])] = i
    return [found[key] for key in sorted(found, reverse=True)][:n]


def rank_with_ties__wrong_unstable_argsort(score, popularity, n):
    """Sorts by popularity, then by score with the default (not stable) sort: on more than 16 items ties come out of order."""
    s, p = np.asarray(score, float).round(10), np.asarray(popularity, float)
    first = np.argsort(-p, kind="stable")
    return first[np.argsort(-s[first])][:n].tolist()


# ---------------------------------------------------------------- hybrid_rank
def hybrid_rank__right_numpy_thirteenth(parts, w, seen, n):
    total = 0
    for name, s in parts.items():
        s = np.array(s, dtype=float)
        ok = np.isfinite(s)
        z = np.zeros(len(s))
        x = s[ok]
        if len(x) and x.max() - x.min() > 1e-12 * np.abs(x).max():
            z[ok] = (x - x.mean()) / x.std()
        total = total + w[name] * z
    order = np.argsort(-total.round(10), kind="stable")
    hidden = set(map(int, seen))
    return [i for i in order.tolist() if i not in hidden][:n]


def hybrid_rank__right_loops(parts, w, seen, n):
    size = len(next(iter(parts.values())))
    total = [0.0] * size
    for name, scores in parts.items():
        known = [i for i in range(size) if not (math.isnan(scores[i]) or math.isinf(scores[i]))]
        if not known:
            continue
        mean = math.fsum(float(scores[i]) for i in known) / len(known)
        sd = math.sqrt(math.fsum((float(scores[i]) - mean) ** 2 for i in known) / len(known))
        if sd <= 1e-12 * max(abs(float(scores[i])) for i in known):
            continue
        for i in known:
            total[i] += w[name] * (float(scores[i]) - mean) / sd
    keyed = [(-round(total[i], 10), i) for i in range(size) if i not in seen]
    return [i for _, i in heapq.nsmallest(n, keyed)]


def hybrid_rank__right_pandas_thirteenth(parts, w, seen, n):
    table = pd.DataFrame({k: np.asarray(v, float) for k, v in parts.items()})
    table = table.replace([np.inf, -np.inf], np.nan)
    sd = table.std(ddof=0)
    sd = sd.where(sd > 1e-12 * table.abs().max(), np.nan)
    z = ((table - table.mean()) / sd).fillna(0.0)
    total = (z * pd.Series(w)[z.columns]).sum(axis=1).round(10)
    total = total[~total.index.isin(list(seen))]
    return total.sort_values(ascending=False, kind="stable").index[: max(n, 0)].tolist()


def _hyb(parts, w, seen, n, z_of, round_to=10):
    total = np.zeros(len(next(iter(parts.values()))))
    for name, s in parts.items():
        total += w[name] * z_of(np.array(s, float))
    if round_to is not None:
        total = total.round(round_to)
    return [i for i in np.argsort(-total, kind="stable").tolist() if i not in set(seen)][:n]


def _z_right(s):
    ok = np.isfinite(s)
    z = np.zeros(len(s))
    x = s[ok]
    if len(x) and np.ptp(x) > 1e-12 * np.abs(x).max():
        z[ok] = (x - x.mean()) / x.std()
    return z


def hybrid_rank__wrong_zero_before(parts, w, seen, n):
    """No score becomes 0 before the z-score: mean and spread change, and 0 may be far from the mean."""
    return _hyb(parts, w, seen, n, lambda s: _z_right(np.nan_to_num(s, nan=0, neginf=0)))


def hybrid_rank__wrong_sample_deviation_thirteenth(parts, w, seen, n):
    """ddof = 1: matters where recommenders score different numbers of items."""

    def z_of(s):
        ok = np.isfinite(s)
        return _z_right(s) * (np.sqrt((ok.sum() - 1) / ok.sum()) if ok.sum() > 1 else 1)

    return _hyb(parts, w, seen, n, z_of)


def hybrid_rank__wrong_seen_left_out_of_mean(parts, w, seen, n):
    """z-scores over the items that may be shown only; the statement includes seen items."""

    def z_of(s):
        s[list(seen)] = np.nan
        return _z_right(s)

    return _hyb(parts, w, seen, n, z_of)


def hybrid_rank__wrong_nan_alone(parts, w, seen, n):
    """Only NaN counts as no score; minus infinity makes mean and spread not finite, and the part is dropped."""

    def z_of(s):
        with np.errstate(all="ignore"):
            sd = np.nanstd(s)
            if not sd > 1e-12 * np.nanmax(np.abs(s)):
                return np.zeros(len(s))
            return np.nan_to_num((s - np.nanmean(s)) / sd, nan=0, posinf=0, neginf=0)

    return _hyb(parts, w, seen, n, z_of)


def hybrid_rank__wrong_exact_zero_deviation(parts, w, seen, n):
    """Tests for a standard deviation of exactly 0: three floats of 0.1 get z-scores of 1."""

    def z_of(s):
        ok = np.isfinite(s)
        z = np.zeros(len(s))
        if ok.any() and s[ok].std() != 0:
            z[ok] = (s[ok] - s[ok].mean()) / s[ok].std()
        return z

    return _hyb(parts, w, seen, n, z_of)


def hybrid_rank__wrong_absolute_tolerance(parts, w, seen, n):
    """A spread below 1e-6 counts as none: scores of 1e-7 differ like any others."""
    return _hyb(
        parts,
        w,
        seen,
        n,
        lambda s: (
            np.where(np.nanstd(np.where(np.isfinite(s), s, np.nan)) < 1e-6, 0, _z_right(s))
            if np.isfinite(s).any()
            else np.zeros(len(s))
        ),
    )


def hybrid_rank__wrong_allclose_constant(parts, w, seen, n):
    """np.allclose decides what is constant: 1000000, 1000001 and 1000003 pass for equal (and so do 1e-9 and 5e-9)."""

    def z_of(s):
        x = s[np.isfinite(s)]
        return np.zeros(len(s)) if len(x) and np.allclose(x, x[0]) else _z_right(s)

    return _hyb(parts, w, seen, n, z_of)


def hybrid_rank__wrong_epsilon_denominator(parts, w, seen, n):
    """(x - mean) / (std + 1e-8): fine for usual scores, but scores of 1e-8 lose half of their weight."""

    def z_of(s):
        ok = np.isfinite(s)
        z = np.zeros(len(s))
        if ok.any():
            z[ok] = (s[ok] - s[ok].mean()) / (s[ok].std() + 1e-8)
        return z

    return _hyb(parts, w, seen, n, z_of)


def hybrid_rank__wrong_ties_not_rounded(parts, w, seen, n):
    """Sums are compared as floats: equal sums in another order of rounding put the higher number first."""
    return _hyb(parts, w, seen, n, _z_right, None)


def hybrid_rank__wrong_weights_by_position_thirteenth(parts, w, seen, n):
    """Takes weights in the order of w's values, not by name: wrong when the dicts have another order."""
    return hybrid_rank__right_numpy_thirteenth(
        dict(enumerate(parts.values())), dict(enumerate(w.values())), seen, n
    )


def hybrid_rank__wrong_unscored_dropped_thirteenth(parts, w, seen, n):
    """Items that no recommender scores are left out of the list; they have a sum of 0 and may be ahead of others."""
    none = ~np.any([np.isfinite(np.asarray(s, float)) for s in parts.values()], axis=0)
    return hybrid_rank__right_numpy_thirteenth(
        parts, w, list(seen) + np.flatnonzero(none).tolist(), n
    )


def hybrid_rank__wrong_mean_over_recommenders(parts, w, seen, n):
    """Divides by the weight of the recommenders that score the item: the statement has 0 for the missing ones."""
    total = np.zeros(len(next(iter(parts.values()))))
    weight = np.zeros(len(total))
    for name, s in parts.items():
        s = np.array(s, float)
        total += w[name] * _z_right(s)
        weight += w[name] * np.isfinite(s)
    total = (total / np.where(weight > 0, weight, 1)).round(10)
    return [i for i in np.argsort(-total, kind="stable").tolist() if i not in seen][:n]


def hybrid_rank__wrong_cut_before_seen_thirteenth(parts, w, seen, n):
    """Cuts at n + 1 before seen items are removed: with two or more seen items on top the list is too short."""
    order = hybrid_rank__right_numpy_thirteenth(parts, w, [], n + 1)
    return [i for i in order if i not in seen][:n]


def hybrid_rank__wrong_reversed_ties_thirteenth(parts, w, seen, n):
    """argsort ascending, turned round: of equal sums the higher number comes first."""
    total = sum(w[k] * _z_right(np.array(s, float)) for k, s in parts.items()).round(10)
    return [i for i in np.argsort(total, kind="stable")[::-1].tolist() if i not in seen][:n]


def hybrid_rank__wrong_worst_for_missing(parts, w, seen, n):
    """No score is the recommender's lowest z-score, not 0."""

    def z_of(s):
        z = _z_right(s)
        return np.where(np.isfinite(s), z, z.min())

    return _hyb(parts, w, seen, n, z_of)


def hybrid_rank__wrong_all_missing_nan(parts, w, seen, n):
    """A recommender without any score has a mean of NaN, and all sums become NaN."""

    def z_of(s):
        s = np.where(np.isfinite(s), s, np.nan)
        with np.errstate(all="ignore"):
            import warnings

            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                sd, mean = np.nanstd(s), np.nanmean(s)
        if np.isnan(mean):
            return s
        return (
            np.nan_to_num((s - mean) / sd)
            if sd > 1e-12 * np.nanmax(np.abs(s))
            else np.zeros(len(s))
        )

    return _hyb(parts, w, seen, n, z_of)


# ---------------------------------------------------------------- kill_hybrid
_NAN_thirteenth, _INF_thirteenth = math.nan, math.inf


def _khr_reference(parts, w, seen, n):
    return hybrid_rank__right_loops(parts, w, seen, n)


def _khr_case(rng, n_items=9):
    parts = {
        "a": rng.normal(size=n_items),
        "b": 500 + 100 * rng.normal(size=n_items),
        "c": np.full(n_items, 0.1),
        "d": 1e-7 * rng.random(n_items),
    }
    parts["a"][rng.integers(n_items, size=2)] = _NAN_thirteenth
    parts["b"][rng.integers(n_items, size=3)] = -_INF_thirteenth
    parts["d"][rng.integers(n_items)] = 5e-7
    w = dict(zip("dcba", (0.7, 3.0, 1.3, 0.4 + rng.random())))
    seen = rng.choice(n_items, 3, replace=False).tolist()
    return parts, w, seen, int(rng.integers(2, 9))


_KHR_FIXED = [
    ({"a": [0.1, 0.2, 0.9], "b": [300.0, 100.0, 200.0]}, {"a": 1.0, "b": 0.2}, [], 2),
    ({"a": [0.1, 0.1, 0.1], "b": [1.0, 2.0, 3.0]}, {"a": 5.0, "b": 0.1}, [], 3),
    ({"a": [5.0, 6.0, _NAN_thirteenth, 9.0]}, {"a": 1.0}, [], 4),
    (
        {"a": [5.0, -_INF_thirteenth, 8.0, 9.0], "b": [3.0, 9.0, 1.0, 1.0]},
        {"b": 0.5, "a": 1.0},
        [2],
        4,
    ),
    ({"a": [1.0, 1.0, 2.0, 2.0]}, {"a": 1.0}, [], 4),
    ({"a": [0.1 + 0.2, 0.7, 0.3, -0.4]}, {"a": 1.0}, [], 3),
    ({"a": [1e-7, 3e-7, 2e-7], "b": [2.0, 1.0, 1.5]}, {"a": 2.0, "b": 1.0}, [], 3),
    ({"a": [1.0, 2.0, 3.0, 90.0], "b": [3.0, 2.5, 1.0, 1.0]}, {"a": 1.0, "b": 0.5}, [3], 2),
    (
        {
            "a": [1.0, 2.0, _NAN_thirteenth, _NAN_thirteenth, _NAN_thirteenth],
            "b": [9.0, 7.0, 3.0, 1.0, 8.0],
        },
        {"a": 1.0, "b": 1.1},
        [],
        5,
    ),
    (
        {"a": [_NAN_thirteenth, _NAN_thirteenth, _NAN_thirteenth], "b": [1.0, 3.0, 2.0]},
        {"a": 1.0, "b": 1.0},
        [],
        3,
    ),
    ({"a": [1.0, 2.0, 3.0]}, {"a": -1.0}, [], 9),
    (
        {"a": [0.1, 0.1, 0.1, _NAN_thirteenth], "b": [1.0, 2.0, 4.0, 3.0]},
        {"a": 9.0, "b": 1.0},
        [],
        4,
    ),
    (
        {"a": [0.1, 0.1, 0.1, -_INF_thirteenth], "b": [1.0, 2.0, 3.0, 2.5]},
        {"a": -9.0, "b": 1.0},
        [],
        4,
    ),
    ({"a": [1e6, 1e6 + 1, 1e6 + 2], "b": [3.0, 2.0, 1.0]}, {"a": 2.0, "b": 1.0}, [], 3),
    ({"a": [5.0, 4.0, 3.0, 2.0, 1.0]}, {"a": 1.0}, [0, 1, 2], 1),
    (
        {"a": [1.0, 2.0, _NAN_thirteenth, _NAN_thirteenth], "b": [2.0, 1.0, -1.0, 2.0]},
        {"a": 0.45, "b": 0.5},
        [],
        4,
    ),
]
_khr_rng = np.random.default_rng(12)
for _ in range(12):  # every sum is equal, up to rounding
    _khr_x = _khr_rng.random(3)
    _KHR_FIXED.append(
        (
            {"a": _khr_x, "b": _khr_x[[1, 2, 0]], "c": _khr_x[[2, 0, 1]]},
            dict.fromkeys("abc", 1.0),
            [],
            3,
        )
    )
for _ in range(12):
    _khr_x = _khr_rng.random(8)
    _khr_x[:6] = _NAN_thirteenth
    _KHR_FIXED.append(({"a": _khr_x, "b": _khr_rng.random(8)}, {"a": 1.0, "b": 1.0}, [], 8))


def _khr_cases(seed=0, draws=60):
    for parts, w, seen, n in _KHR_FIXED:
        yield {k: np.array(v) for k, v in parts.items()}, w, seen, n
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        yield _khr_case(rng)


def _khr_compare(fn, cases, reference=None):
    for parts, w, seen, n in cases:
        expected = (reference or _khr_reference)(
            {k: v.copy() for k, v in parts.items()}, w, seen, n
        )
        if [
            int(i) for i in fn({k: v.copy() for k, v in parts.items()}, dict(w), list(seen), n)
        ] != expected:
            return False
    return True


def kill_hybrid__right_reference_and_cases(implementation):
    return _khr_compare(implementation, _khr_cases())


def kill_hybrid__right_written_lists(implementation):
    """Expected lists written out by hand (each margin is wide or an exact tie)."""
    a, nan, inf = np.array, math.nan, math.inf
    cases = [
        (
            ({"a": a([0.1, 0.2, 0.9]), "b": a([300.0, 100.0, 200.0])}, {"a": 1.0, "b": 0.2}, [], 2),
            [2, 0],
        ),
        # NaN is the mean (6.67), not 0 and not the worst
        (({"a": a([5.0, 6.0, nan, 9.0])}, {"a": 1.0}, [], 4), [3, 2, 1, 0]),
        (({"a": a([5.0, 6.0, -inf, 9.0])}, {"a": 1.0}, [], 4), [3, 2, 1, 0]),
        # three floats of 0.1 say nothing
        (
            ({"a": a([0.1, 0.1, 0.1]), "b": a([3.0, 2.0, 1.0])}, {"a": 9.0, "b": 0.1}, [], 3),
            [0, 1, 2],
        ),
        (
            (
                {"a": a([0.1, 0.1, 0.1, 0.1, 0.1, 0.1]), "b": a([nan, 1.0, 2.0, 1.0, 2.0, nan])},
                {"a": 1.0, "b": 1.0},
                [],
                6,
            ),
            [2, 4, 0, 5, 1, 3],
        ),
        # equal sums: lower number first
        (({"a": a([1.0, 2.0, 2.0, 1.0])}, {"a": 1.0}, [1], 9), [2, 0, 3]),
        # tiny scores count
        (
            ({"a": a([1e-7, 3e-7, 2e-7]), "b": a([2.0, 1.0, 1.5])}, {"a": 2.0, "b": 1.0}, [], 3),
            [1, 2, 0],
        ),
        # weights by name
        (({"a": a([1.0, 2.0]), "b": a([2.0, 1.0])}, {"b": 1.0, "a": 3.0}, [], 2), [1, 0]),
        # the seen outlier belongs to mean and spread: a's z are -0.61, -0.54, 1.15.., b decides
        (
            ({"a": a([0.0, 5.0, 100.0]), "b": a([1.0, 0.0, 0.5])}, {"a": 1.0, "b": 0.3}, [2], 2),
            [0, 1],
        ),
        # ddof: a over two items, b over four
        (
            (
                {"a": a([1.0, 2.0, nan, nan]), "b": a([2.0, 1.0, -1.0, 2.0])},
                {"a": 0.42, "b": 1.0},
                [],
                4,
            ),
            [3, 1, 0, 2],
        ),
        # seen are removed before the cut
        (({"a": a([5.0, 4.0, 3.0, 2.0, 1.0])}, {"a": 1.0}, [0, 1], 2), [2, 3]),
        # a constant part with a gap still says nothing
        (
            (
                {"a": a([0.1, 0.1, 0.1, nan]), "b": a([1.0, 2.0, 4.0, 3.0])},
                {"a": 9.0, "b": 1.0},
                [],
                4,
            ),
            [2, 3, 1, 0],
        ),
        # a recommender without any score
        (
            ({"a": a([nan, nan, nan]), "b": a([1.0, 3.0, 2.0])}, {"a": 1.0, "b": 1.0}, [], 3),
            [1, 2, 0],
        ),
        # the sum, not the mean over those that score: 1.41 against 0.97
        (
            ({"a": a([0.0, 1.0, nan]), "b": a([-1.7, 0.5, 1.2])}, {"a": 1.0, "b": 1.0}, [], 3),
            [1, 2, 0],
        ),
        # no one scores item 1: it has 0 and stays
        (({"a": a([1.0, nan, 3.0])}, {"a": 1.0}, [], 3), [2, 1, 0]),
    ]
    rng = np.random.default_rng(8)
    for _ in range(15):  # three equal sums, added in three orders
        x = rng.random(3)
        cases.append(
            (
                ({"a": x, "b": x[[1, 2, 0]], "c": x[[2, 0, 1]]}, dict.fromkeys("abc", 1.0), [], 3),
                [0, 1, 2],
            )
        )
    return all(list(map(int, implementation(*args))) == expected for args, expected in cases)


def kill_hybrid__right_properties(implementation):
    """Properties and a second reference: units do not matter, a constant part does not matter, a missing
    recommender does not matter, seen only removes; and agreement with the pandas version."""
    f = lambda *args: [int(i) for i in implementation(*args)]
    rng = np.random.default_rng(5)
    if not _khr_compare(implementation, _khr_cases(11, 40), hybrid_rank__right_pandas_thirteenth):
        return False
    for _ in range(20):
        parts, w, seen, n = _khr_case(rng)
        base = f(parts, w, seen, n)
        full = f(parts, w, [], 99)
        if [i for i in full if i not in seen][:n] != base or sorted(full) != list(range(9)):
            return False
        moved = {k: v * 64 + 128 if k in "ab" else v for k, v in parts.items()}
        if f(moved, w, seen, n) != base:
            return False
        more = dict(parts, e=np.full(9, 0.1), f=np.full(9, _NAN_thirteenth))
        if f(more, dict(w, e=7.0, f=7.0), seen, n) != base:
            return False
    return True


def kill_hybrid__wrong_example_alone(implementation):
    """Tries the docstring's example, which all ten wrong ones pass."""
    parts = {"a": np.array([0.1, 0.2, 0.9]), "b": np.array([300.0, 100.0, 200.0])}
    return list(implementation(parts, {"a": 1.0, "b": 0.2}, [], 2)) == [2, 0]


def kill_hybrid__wrong_reference_sample_deviation(implementation):
    """The own reference has ddof = 1, so right implementations are rejected on unequal numbers of scores."""
    return _khr_compare(
        implementation, _khr_cases(), hybrid_rank__wrong_sample_deviation_thirteenth
    )


def kill_hybrid__wrong_complete_smooth_scores(implementation):
    """Random complete scores without ties, seen items, NaN or constants: most planted mistakes are not seen."""
    rng = np.random.default_rng(0)
    cases = [
        ({"a": rng.normal(size=8), "b": 300 * rng.random(8)}, {"a": 1.0, "b": 0.5}, [], 3)
        for _ in range(50)
    ]
    return _khr_compare(implementation, cases)


def kill_hybrid__wrong_order_ignored(implementation):
    """Compares sets of items of full length: the order of the list is never looked at."""
    return all(
        set(map(int, implementation(p, w, seen, 99))) == set(_khr_reference(p, w, seen, 99))
        for p, w, seen, n in _khr_cases()
    )


def kill_hybrid__wrong_first_item_only(implementation):
    """Compares only the best item of the first fixed cases, three of them."""
    return all(
        list(implementation(p, w, seen, n))[:1] == _khr_reference(p, w, seen, n)[:1]
        for p, w, seen, n in list(_khr_cases(0, 0))[:3]
    )


def kill_hybrid__wrong_ties_to_higher(implementation):
    """Expects the higher number first among equal sums."""
    parts = {"a": np.array([1.0, 2.0, 2.0])}
    return _khr_compare(implementation, _khr_cases(0, 20)) and list(
        implementation(parts, {"a": 1.0}, [], 2)
    ) == [2, 1]


def kill_hybrid__wrong_plus_infinity_thirteenth(implementation):
    """Feeds a score of plus infinity, for which the contract says nothing, and wants it first."""
    parts = {"a": np.array([1.0, math.inf, 2.0])}
    return _khr_compare(implementation, _khr_cases(0, 20)) and list(
        implementation(parts, {"a": 1.0}, [], 3)
    ) == [1, 2, 0]


def kill_hybrid__wrong_missing_excluded(implementation):
    """Believes that an item without a score from any recommender must not be shown."""
    parts = {"a": np.array([1.0, math.nan, 3.0])}
    return _khr_compare(implementation, _khr_cases(0, 20)) and list(
        implementation(parts, {"a": 1.0}, [], 3)
    ) == [2, 0]


def kill_hybrid__wrong_no_missing_scores_thirteenth(implementation):
    """Good cases, but never NaN or minus infinity, never constant, and all units like 1."""
    rng = np.random.default_rng(3)
    cases = [
        (
            {k: rng.integers(0, 9, 8).astype(float) + np.arange(8) / 100 for k in "ab"},
            {"a": 1.0, "b": 1.0},
            [int(rng.integers(8))],
            4,
        )
        for _ in range(60)
    ]
    return _khr_compare(implementation, cases)


def kill_hybrid__wrong_returns_nothing_thirteenth(implementation):
    """Asserts and forgets to return True: the verdict is None, also for a right one."""
    for parts, w, seen, n in _khr_cases(0, 10):
        if list(implementation(parts, w, seen, n)) != _khr_reference(parts, w, seen, n):
            return False


def kill_hybrid__wrong_order_of_near_ties(implementation):
    """Wants sums that differ by 1e-12 in their own order: by the contract they are equal."""
    parts = {"a": np.array([1.0, 1.0 + 1e-12, 0.0])}
    return _khr_compare(implementation, _khr_cases(0, 20)) and list(
        implementation(parts, {"a": 1.0}, [], 3)
    ) == [1, 0, 2]


# ---------------------------------------------------------------- in_batch_softmax_logq
def in_batch_softmax_logq__right_scipy(U, V, logq, tau=1.0):
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)
    return float(-np.diag(log_softmax(s, axis=1)).mean())


def in_batch_softmax_logq__right_row_max(U, V, logq, tau=1.0):
    s = np.einsum("if,jf->ij", np.asarray(U, float), np.asarray(V, float)) / tau
    s -= np.asarray(logq, float)[None, :]
    top = s.max(axis=1, keepdims=True)
    lse = top[:, 0] + np.log(np.exp(s - top).sum(axis=1))
    return float(np.mean(lse - s.diagonal()))


def in_batch_softmax_logq__right_loops_thirteenth(U, V, logq, tau=1.0):
    losses = []
    for i in range(len(U)):
        row = [
            math.fsum(float(a) * float(b) for a, b in zip(U[i], v)) / tau - float(q)
            for v, q in zip(V, logq)
        ]
        gaps = [x - row[i] for x in row]
        top = max(gaps)
        losses.append(top + math.log(math.fsum(math.exp(g - top) for g in gaps)))
    return math.fsum(losses) / len(losses)


def _ibs_scores(U, V, logq, tau):
    return np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)[None, :]


def _ibs_loss(s, axis=1):
    return float(np.mean(logsumexp(s, axis=axis) - np.diag(s)))


def in_batch_softmax_logq__wrong_sign_thirteenth(U, V, logq, tau=1.0):
    """Adds log q: equal q hide it."""
    return _ibs_loss(_ibs_scores(U, V, -np.asarray(logq), tau))


def in_batch_softmax_logq__wrong_tau_divides_all_thirteenth(U, V, logq, tau=1.0):
    """tau divides the correction as well: right for tau = 1 and for equal q."""
    return _ibs_loss((np.asarray(U, float) @ np.asarray(V, float).T - np.asarray(logq)) / tau)


def in_batch_softmax_logq__wrong_row_correction(U, V, logq, tau=1.0):
    """Subtracts log q of the row, not of the column: it cancels in the softmax."""
    return _ibs_loss(
        np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq)[:, None]
    )


def in_batch_softmax_logq__wrong_overflow_thirteenth(U, V, logq, tau=1.0):
    """exp without subtracting the largest score: scores above 709 overflow to NaN."""
    with np.errstate(all="ignore"):
        e = np.exp(_ibs_scores(U, V, logq, tau))
        return float(-np.log(np.diag(e) / e.sum(axis=1)).mean())


def in_batch_softmax_logq__wrong_global_maximum_thirteenth(U, V, logq, tau=1.0):
    """Subtracts the largest score of the whole batch: a row 800 below it underflows to log(0)."""
    s = _ibs_scores(U, V, logq, tau)
    with np.errstate(all="ignore"):
        e = np.exp(s - s.max())
        return float(-np.log(np.diag(e) / e.sum(axis=1)).mean())


def in_batch_softmax_logq__wrong_log_after_softmax(U, V, logq, tau=1.0):
    """Takes the log of the softmax: where the bought item is 800 below the best, log(0) is infinite."""
    s = _ibs_scores(U, V, logq, tau)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    with np.errstate(divide="ignore"):
        return float(-np.log(np.diag(e) / e.sum(axis=1)).mean())


def in_batch_softmax_logq__wrong_clipped_probability(U, V, logq, tau=1.0):
    """log(p + 1e-12): finite, but a loss of 1,000 becomes 27.6."""
    s = _ibs_scores(U, V, logq, tau)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return float(-np.log(np.diag(e) / e.sum(axis=1) + 1e-12).mean())


def in_batch_softmax_logq__wrong_clipped_scores(U, V, logq, tau=1.0):
    """Scores clipped to plus or minus 500 against overflow: scores in the thousands lose their differences."""
    return _ibs_loss(np.clip(_ibs_scores(U, V, logq, tau), -500, 500))


def in_batch_softmax_logq__wrong_wrong_axis(U, V, logq, tau=1.0):
    """Softmax over users (columns): symmetric score matrices hide it."""
    return _ibs_loss(_ibs_scores(U, V, logq, tau), axis=0)


def in_batch_softmax_logq__wrong_two_sided(U, V, logq, tau=1.0):
    """The mean of both directions, as in CLIP."""
    s = _ibs_scores(U, V, logq, tau)
    return (_ibs_loss(s, 1) + _ibs_loss(s, 0)) / 2


def in_batch_softmax_logq__wrong_negatives_only_denominator(U, V, logq, tau=1.0):
    """The bought item is left out of the denominator: every batch shows it."""
    s = _ibs_scores(U, V, logq, tau)
    t = s.copy()
    np.fill_diagonal(t, -np.inf)
    return float(np.mean(logsumexp(t, axis=1) - np.diag(s)))


def in_batch_softmax_logq__wrong_positive_not_corrected_thirteenth(U, V, logq, tau=1.0):
    """Corrects only the negatives: s_ii stays without log q; q of 1 (log 0) hides it."""
    s = _ibs_scores(U, V, logq, tau)
    s[np.diag_indices_from(s)] += np.asarray(logq, float)
    return _ibs_loss(s)


def in_batch_softmax_logq__wrong_masks_repeated_items(U, V, logq, tau=1.0):
    """An item that is twice in the batch (equal rows of V and log q) is masked as a false negative when its vector is not 0; the formula sums over all j."""
    s = _ibs_scores(U, V, logq, tau)
    V = np.asarray(V)
    for i in range(len(V)):
        for j in range(len(V)):
            if i != j and V[i].any() and (V[i] == V[j]).all() and logq[i] == logq[j]:
                s[i, j] = -np.inf
    return _ibs_loss(s)


def in_batch_softmax_logq__wrong_median(U, V, logq, tau=1.0):
    """The median of the losses, not their mean: a batch of two hides it."""
    s = _ibs_scores(U, V, logq, tau)
    return float(np.median(logsumexp(s, axis=1) - np.diag(s)))


def in_batch_softmax_logq__wrong_unit_vectors_thirteenth(U, V, logq, tau=1.0):
    """Scales U and V to length 1, as many towers do: the statement has the dot product."""
    U, V = np.asarray(U, float), np.asarray(V, float)
    a, b = np.linalg.norm(U, axis=1, keepdims=True), np.linalg.norm(V, axis=1, keepdims=True)
    return _ibs_loss(_ibs_scores(U / np.where(a > 0, a, 1), V / np.where(b > 0, b, 1), logq, tau))


def in_batch_softmax_logq__wrong_float16(U, V, logq, tau=1.0):
    """Half precision for the scores: scores in the thousands are rounded to whole numbers, above 65504 infinite."""
    with np.errstate(all="ignore"):
        s = _ibs_scores(U, V, logq, tau).astype(np.float16).astype(float)
        return _ibs_loss(s)


# ---------------------------------------------------------------- accept_model
def accept_model__right_loop_thirteenth(err_new, err_base):
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    rng = np.random.default_rng(0)
    s, m = d.shape
    means = [
        d[np.ix_(rng.integers(s, size=s), rng.integers(m, size=m))].mean() for _ in range(2000)
    ]
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__right_counts_thirteenth(err_new, err_base):
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    rng = np.random.default_rng(1)
    s, m = d.shape
    a = rng.multinomial(s, np.full(s, 1 / s), size=2000) / s
    b = rng.multinomial(m, np.full(m, 1 / m), size=2000) / m
    low, high = np.percentile(((a @ d) * b).sum(axis=1), [2.5, 97.5])
    return bool(low < 0 and high < 0)


def accept_model__right_units_then_seeds(err_new, err_base):
    """Draws seeds first and takes their mean curve, then units of it."""
    rng = np.random.RandomState(3)
    base = np.asarray(err_base, float)
    new = pd.DataFrame(np.asarray(err_new, float))
    means = np.empty(2000)
    for r in range(2000):
        curve = new.to_numpy()[rng.randint(0, len(new), len(new))].mean(axis=0) - base
        means[r] = curve[rng.randint(0, len(base), len(base))].mean()
    return bool(np.quantile(means, 0.975) < 0)


def _acm(d, how=(True, True), pct=97.5, strict=True, r=2000, seed=0):
    rng = np.random.default_rng(seed)
    s, m = d.shape
    a = rng.multinomial(s, np.full(s, 1 / s), size=r) / s if how[0] else np.full((r, s), 1 / s)
    b = rng.multinomial(m, np.full(m, 1 / m), size=r) / m if how[1] else np.full((r, m), 1 / m)
    high = np.percentile(((a @ d) * b).sum(axis=1), pct)
    return bool(high < 0 if strict else high <= 0)


def _acd(err_new, err_base):
    return np.asarray(err_new, float) - np.asarray(err_base, float)


def accept_model__wrong_units_alone(err_new, err_base):
    """Averages the seeds first and draws units alone: one very lucky seed is enough, if it is lucky on all units (the example shows it)."""
    return _acm(_acd(err_new, err_base), (False, True))


def accept_model__wrong_seeds_alone(err_new, err_base):
    """Draws seeds alone: a gain that comes from one unit of many is accepted when all seeds have it."""
    return _acm(_acd(err_new, err_base), (True, False))


def accept_model__wrong_each_seed_alone(err_new, err_base):
    """Accepts when most seeds, each with an interval over units, are better; the spread between seeds is not in any interval."""
    d = _acd(err_new, err_base)
    return bool(np.mean([_acm(row[None], (False, True)) for row in d]) > 0.5)


def accept_model__wrong_flat_cells(err_new, err_base):
    """Draws single cells (seed and unit together) out of all n_seeds x n_units differences, as if independent."""
    d = _acd(err_new, err_base).ravel()
    rng = np.random.default_rng(0)
    means = d[rng.integers(len(d), size=(2000, len(d)))].mean(axis=1)
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_units_anew_for_each_seed(err_new, err_base):
    """Units are drawn separately for each seed, so the luck of units averages out over seeds."""
    d = _acd(err_new, err_base)
    rng = np.random.default_rng(0)
    s, m = d.shape
    means = np.empty(2000)
    for r in range(2000):
        rows = rng.integers(s, size=s)
        means[r] = d[rows[:, None], rng.integers(m, size=(s, m))].mean()
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_unpaired(err_new, err_base):
    """Draws units of model and baseline separately: a small constant gain on very different units is lost."""
    new, base = np.asarray(err_new, float), np.asarray(err_base, float)
    rng = np.random.default_rng(0)
    s, m = new.shape
    means = [
        new[np.ix_(rng.integers(s, size=s), rng.integers(m, size=m))].mean()
        - base[rng.integers(m, size=m)].mean()
        for _ in range(2000)
    ]
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_zero_accepted(err_new, err_base):
    """Upper end of 0 is accepted: a model identical to the baseline is "better"."""
    return _acm(_acd(err_new, err_base), strict=False)


def accept_model__wrong_ninety_percent(err_new, err_base):
    """The 95th percentile: a one-sided test."""
    return _acm(_acd(err_new, err_base), pct=95)


def accept_model__wrong_rounded_interval(err_new, err_base):
    """The interval is rounded to two decimals: a gain of 0.004 on every unit is -0.0, not below 0."""
    d = _acd(err_new, err_base)
    rng = np.random.default_rng(0)
    s, m = d.shape
    means = [
        d[np.ix_(rng.integers(s, size=s), rng.integers(m, size=m))].mean() for _ in range(2000)
    ]
    return bool(round(float(np.percentile(means, 97.5)), 2) < 0)


def accept_model__wrong_mean_alone(err_new, err_base):
    """Median of the bootstrap means below 0 and most seeds below 0: no interval at all."""
    d = _acd(err_new, err_base)
    return bool(d.mean() < 0 and np.mean(d.mean(axis=1) < 0) > 0.5)


def accept_model__wrong_normal_interval_thirteenth(err_new, err_base):
    """Mean plus 1.96 bootstrap standard deviations: with few seeds or skewed units it is another interval than the percentiles."""
    d = _acd(err_new, err_base)
    rng = np.random.default_rng(0)
    s, m = d.shape
    means = [
        d[np.ix_(rng.integers(s, size=s), rng.integers(m, size=m))].mean() for _ in range(2000)
    ]
    return bool(d.mean() + 1.96 * np.std(means) < 0)


def accept_model__wrong_basic_interval_thirteenth(err_new, err_base):
    """The basic (reversed) bootstrap, 2 mean - percentile 2.5: another interval where the differences are skewed."""
    d = _acd(err_new, err_base)
    rng = np.random.default_rng(0)
    s, m = d.shape
    means = [
        d[np.ix_(rng.integers(s, size=s), rng.integers(m, size=m))].mean() for _ in range(2000)
    ]
    return bool(2 * d.mean() - np.percentile(means, 2.5) < 0)


def accept_model__wrong_either_side(err_new, err_base):
    """The interval does not contain 0: a model that is clearly worse is accepted."""
    d = _acd(err_new, err_base)
    return _acm(d) or _acm(-d)


def accept_model__wrong_one_resample_of_seeds(err_new, err_base):
    """Each resample draws one seed, not n_seeds: the interval over seeds is too wide (two of five seeds slightly worse)."""
    d = _acd(err_new, err_base)
    rng = np.random.default_rng(0)
    s, m = d.shape
    means = [d[rng.integers(s), rng.integers(m, size=m)].mean() for _ in range(2000)]
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_mean_of_medians(err_new, err_base):
    """Takes the median difference over the drawn cells, not the mean: many small losses and few large gains."""
    d = _acd(err_new, err_base)
    rng = np.random.default_rng(0)
    s, m = d.shape
    meds = [
        np.median(d[np.ix_(rng.integers(s, size=s), rng.integers(m, size=m))]) for _ in range(2000)
    ]
    return bool(np.percentile(meds, 97.5) < 0)


def accept_model__wrong_same_indices(err_new, err_base):
    """One vector of draws serves rows and columns (modulo the number of seeds): seeds and units are drawn together."""
    d = _acd(err_new, err_base)
    rng = np.random.default_rng(0)
    s, m = d.shape
    means = []
    for _ in range(2000):
        cols = rng.integers(m, size=m)
        means.append(d[np.resize(cols % s, m), cols].mean())
    return bool(np.percentile(means, 97.5) < 0)


# ---------------------------------------------------------------- retrieve_rank_rerank
def retrieve_rank_rerank__right_plain(sources, score, kind, budget_ms, rank_us, per_kind, n):
    waited = [(ms, items) for ms, items in sources if ms <= budget_ms / 2]
    if not waited:
        return []
    left_us = (budget_ms - max(ms for ms, _ in waited)) * 1000
    m = math.floor(left_us / rank_us + 1e-9)
    turns = chain.from_iterable(zip_longest(*(items for _, items in waited), fillvalue=None))
    candidates = list(dict.fromkeys(c for c in turns if c is not None))[:m]
    shown, of_kind = [], Counter()
    for c in sorted(candidates, key=lambda c: (-score[c], c)):
        if of_kind[int(kind[c])] < per_kind:
            shown.append(int(c))
        of_kind[int(kind[c])] += 1
    return shown[: max(n, 0)]


def retrieve_rank_rerank__right_pandas_thirteenth(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    rows = [
        (place, s, c)
        for s, (ms, items) in enumerate(sources)
        if 2 * ms <= budget_ms
        for place, c in enumerate(items)
    ]
    times = [ms for ms, _ in sources if 2 * ms <= budget_ms]
    if not rows:
        return []
    m = int(np.floor((budget_ms - max(times)) / (rank_us / 1000) + 1e-9))
    t = pd.DataFrame(rows, columns=["place", "source", "item"]).sort_values(["place", "source"])
    t = t.drop_duplicates("item").head(m)
    t = t.assign(score=np.asarray(score, float)[t["item"]], kind=np.asarray(kind)[t["item"]])
    t = t.sort_values(["score", "item"], ascending=[False, True])
    t = t[t.groupby("kind").cumcount() < per_kind]
    return t["item"].head(n).astype(int).tolist()


def retrieve_rank_rerank__right_queue(sources, score, kind, budget_ms, rank_us, per_kind, n):
    slowest, queues = None, []
    for ms, items in sources:
        if ms > budget_ms * 0.5:
            continue
        slowest = ms if slowest is None or ms > slowest else slowest
        queues.append(items)
    if slowest is None:
        return []
    room = (budget_ms - slowest) * 1000 / rank_us
    room = round(room) if abs(room - round(room)) <= 1e-9 else int(room)
    taken, known, turn = [], set(), 0
    while len(taken) < room and any(turn < len(q) for q in queues):
        for q in queues:
            if turn < len(q) and q[turn] not in known and len(taken) < room:
                known.add(q[turn])
                taken.append(q[turn])
        turn += 1
    heap = [(-float(score[c]), int(c)) for c in taken]
    heapq.heapify(heap)
    shown, counts = [], defaultdict(int)
    while heap and len(shown) < n:
        _, c = heapq.heappop(heap)
        k = int(kind[c])
        if counts[k] < per_kind:
            counts[k] += 1
            shown.append(c)
    return shown


def _rrr_in_turn(lists):
    return list(dict.fromkeys(c for row in zip_longest(*lists) for c in row if c is not None))


def _rrr_finish(candidates, score, kind, per_kind, n):
    shown, of_kind = [], Counter()
    for c in sorted(candidates, key=lambda c: (-score[c], c)):
        if of_kind[int(kind[c])] < per_kind and len(shown) < n:
            of_kind[int(kind[c])] += 1
            shown.append(int(c))
    return shown


def _rrr_room(left_ms, rank_us):
    return math.floor(left_ms * 1000 / rank_us + 1e-9)


def retrieve_rank_rerank__wrong_half_not_waited(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A source that takes exactly half of the budget is not waited for."""
    ok = [s for s in sources if s[0] < budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    return _rrr_finish(_rrr_in_turn([s[1] for s in ok])[:m], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_times_added_thirteenth(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Adds up the times of the sources, which start together. (In the example, 4 ms are left: two candidates, one fewer.)"""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    m = _rrr_room(budget_ms - sum(s[0] for s in ok), rank_us)
    return (
        _rrr_finish(_rrr_in_turn([s[1] for s in ok])[: max(m, 0)], score, kind, per_kind, n)
        if ok
        else []
    )


def retrieve_rank_rerank__wrong_always_half_left(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The ranker always gets half of the budget: the deadline, not the slowest source in time, is subtracted (the example shows it)."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    used = budget_ms / 2
    return _rrr_finish(
        _rrr_in_turn([s[1] for s in ok])[: _rrr_room(budget_ms - used, rank_us)],
        score,
        kind,
        per_kind,
        n,
    )


def retrieve_rank_rerank__wrong_float_floor(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """int() of the quotient: 0.6 ms less 0.3 ms at 100 us is 2.9999999999999996, so 2 candidates and not 3."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = int((budget_ms - max(s[0] for s in ok)) / (rank_us / 1000))
    return _rrr_finish(_rrr_in_turn([s[1] for s in ok])[:m], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_rounded_room(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Rounds the number of candidates: 2.6 becomes 3, for which there is no time."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = round((budget_ms - max(s[0] for s in ok)) * 1000 / rank_us)
    return _rrr_finish(_rrr_in_turn([s[1] for s in ok])[:m], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_tolerance_too_large_thirteenth(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The quotient is rounded to two decimals before it is cut: 2.996 becomes 3."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = math.floor(round((budget_ms - max(s[0] for s in ok)) * 1000 / rank_us, 2))
    return _rrr_finish(_rrr_in_turn([s[1] for s in ok])[:m], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_duplicates_after_cut(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Removes duplicates after the cut: an item that two sources return takes the time of two candidates."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    turns = [c for row in zip_longest(*(s[1] for s in ok)) for c in row if c is not None][:m]
    return _rrr_finish(list(dict.fromkeys(turns)), score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_next_unseen_in_turn(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Each source in turn gives its next item that is not yet a candidate: after a duplicate it moves on at once, so its third
    item comes before the second of others."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    iterators, got, more = [iter(s[1]) for s in ok], [], True
    while more:
        more = False
        for it in iterators:
            c = next((c for c in it if c not in got), None)
            if c is not None:
                got.append(c)
                more = True
    return _rrr_finish(got[:m], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_zip_shortest_thirteenth(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """zip stops at the shortest source (which in the example is long enough): an empty source empties the page."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    turns = list(dict.fromkeys(c for row in zip(*(s[1] for s in ok)) for c in row))[:m]
    return _rrr_finish(turns, score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_one_source_after_another(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Takes the whole first source, then the second. Fewer candidates than room hide it."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    return _rrr_finish(
        list(dict.fromkeys(chain.from_iterable(s[1] for s in ok)))[:m], score, kind, per_kind, n
    )


def retrieve_rank_rerank__wrong_fastest_first(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Turns go by speed, the fastest source first, not in the order given: matters where the room ends within a turn."""
    ok = sorted((s for s in sources if s[0] <= budget_ms / 2), key=lambda s: s[0])
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    return _rrr_finish(_rrr_in_turn([s[1] for s in ok])[:m], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_equal_scores_by_arrival(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A stable sort by score alone: of equal scores the one retrieved first is first."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    c = _rrr_in_turn([s[1] for s in ok])[:m]
    shown, seen = [], Counter()
    for i in sorted(c, key=lambda i: -score[i]):
        if seen[int(kind[i])] < per_kind:
            seen[int(kind[i])] += 1
            shown.append(int(i))
    return shown[:n]


def retrieve_rank_rerank__wrong_cut_before_rule(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Takes the best n + 1 (a little reserve) and then applies the rule: with three of a kind on top the list is short."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    c = sorted(_rrr_in_turn([s[1] for s in ok])[:m], key=lambda i: (-score[i], i))[: n + 1]
    return _rrr_finish(c, score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_rule_before_ranking(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Thins out the candidates by kind in the order of retrieval before ranking, so a better late one is lost."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    kept, seen = [], Counter()
    for c in _rrr_in_turn([s[1] for s in ok])[:m]:
        seen[int(kind[c])] += 1
        if seen[int(kind[c])] <= per_kind:
            kept.append(c)
    return _rrr_finish(kept, score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_per_kind_not_consecutive(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Only a run of one kind is limited: an item may come when the last per_kind shown are not all of its kind."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    shown = []
    for c in sorted(_rrr_in_turn([s[1] for s in ok])[:m], key=lambda i: (-score[i], i)):
        last = shown[-per_kind:]
        if len(last) == per_kind and all(kind[x] == kind[c] for x in last):
            continue
        shown.append(int(c))
    return shown[:n]


def retrieve_rank_rerank__wrong_at_least_one(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """Always ranks at least one candidate, also where one takes longer than the time left."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = max(1, _rrr_room(budget_ms - max(s[0] for s in ok), rank_us))
    return _rrr_finish(_rrr_in_turn([s[1] for s in ok])[:m], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_item_zero_falsy(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Filters the Nones of zip_longest after the cut with "if c": item 0 is lost (in the example it would not be shown anyway)."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    c = _rrr_in_turn([s[1] for s in ok])[:m]
    return _rrr_finish([i for i in c if i], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_none_takes_a_place(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """None of zip_longest is removed after the cut, so a short source costs one place."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    c = list(dict.fromkeys(c for row in zip_longest(*(s[1] for s in ok)) for c in row))[:m]
    return _rrr_finish([i for i in c if i is not None], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_empty_source_not_counted(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A source in time that returned nothing is ignored when the time left is computed; it was waited for."""
    ok = [s for s in sources if s[0] <= budget_ms / 2 and len(s[1])]
    if not ok:
        return []
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    return _rrr_finish(_rrr_in_turn([s[1] for s in ok])[:m], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_none_in_time_error(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """max() of nothing stops with an error when no source is in time; an empty list is due."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    m = _rrr_room(budget_ms - max(s[0] for s in ok), rank_us)
    return _rrr_finish(_rrr_in_turn([s[1] for s in ok])[:m], score, kind, per_kind, n)


def retrieve_rank_rerank__wrong_whole_milliseconds(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The time left is cut to whole milliseconds before the division: 2.5 ms left at 500 us are 5, not 4."""
    ok = [s for s in sources if s[0] <= budget_ms / 2]
    if not ok:
        return []
    m = int((budget_ms - max(s[0] for s in ok)) + 1e-9) * 1000 // rank_us
    return _rrr_finish(_rrr_in_turn([s[1] for s in ok])[: int(m)], score, kind, per_kind, n)


# ---------------------------------------------------------------- calibrated_list
def calibrated_list__right_loops_thirteenth(score, kind, wanted, lam, n):
    chosen, left = [], list(range(len(score)))
    while left and len(chosen) < n:
        best, best_value = None, None
        for i in left:
            members = chosen + [i]
            divergence = 0.0
            for k, p in enumerate(wanted):
                if p > 0:
                    q = sum(1 for j in members if kind[j] == k) / len(members)
                    divergence += p * math.log(p / (0.99 * q + 0.01 * p))
            value = round(
                (1 - lam) * math.fsum(float(score[j]) for j in members) - lam * divergence, 10
            )
            if best is None or value > best_value:
                best, best_value = i, value
        chosen.append(best)
        left.remove(best)
    return chosen


def calibrated_list__right_numpy_thirteenth(score, kind, wanted, lam, n):
    score, kind, p = np.asarray(score, float), np.asarray(kind), np.asarray(wanted, float)
    one_hot = (kind[:, None] == np.arange(len(p))).astype(float)
    pos = p > 0
    free = np.ones(len(score), bool)
    counts, total, out = np.zeros(len(p)), 0.0, []
    for size in range(1, min(n, len(score)) + 1):
        q = (counts + one_hot)[:, pos] / size
        kl = (p[pos] * np.log(p[pos] / (0.99 * q + 0.01 * p[pos]))).sum(axis=1)
        value = ((1 - lam) * (total + score) - lam * kl).round(10)
        i = int(np.where(free, value, -np.inf).argmax())
        free[i] = False
        counts += one_hot[i]
        total += score[i]
        out.append(i)
    return out


def calibrated_list__right_best_of_each_kind_thirteenth(score, kind, wanted, lam, n):
    """Only the best item that is left of each kind can win; ties in the order of numbers, by rounded value."""
    p = [float(x) for x in wanted]
    counts, out, total = [0] * len(p), [], 0.0
    left = set(range(len(score)))

    def gap(extra):
        size = len(out) + 1
        return sum(
            a * (math.log(a) - math.log(0.99 * (counts[k] + (k == extra)) / size + 0.01 * a))
            for k, a in enumerate(p)
            if a > 0
        )

    for _ in range(min(n, len(score))):
        value = {k: gap(k) for k in {int(kind[i]) for i in left}}
        key = lambda i: (
            -round((1 - lam) * (total + float(score[i])) - lam * value[int(kind[i])], 10),
            i,
        )
        best = min(left, key=key)
        left.discard(best)
        counts[int(kind[best])] += 1
        total += float(score[best])
        out.append(best)
    return out


def _cal(
    score, kind, wanted, lam, n, kl=None, gain=None, digits=10, size_of=None, last=False, stop=False
):
    score, kind, p = np.asarray(score, float), np.asarray(kind), np.asarray(wanted, float)

    def usual(q):
        pos = p > 0
        return float((p[pos] * np.log(p[pos] / (0.99 * q[pos] + 0.01 * p[pos]))).sum())

    kl = kl or usual
    chosen, left, before = [], list(range(len(score))), -np.inf
    while left and len(chosen) < n:
        values = []
        for i in left:
            members = chosen + [i]
            size = size_of(members) if size_of else len(members)
            q = np.bincount(kind[members], minlength=len(p)) / size
            g = gain(members, score) if gain else score[members].sum()
            v = (1 - lam) * g - lam * kl(q)
            values.append(v if digits is None else round(v, digits))
        top = max(values)
        if stop and top < before:
            break
        before = top
        at = len(values) - 1 - values[::-1].index(top) if last else values.index(top)
        chosen.append(left.pop(at))
    return chosen


def calibrated_list__wrong_no_rounding(score, kind, wanted, lam, n):
    """Compares floats as they are: sums such as 0.1 + 0.2 and 0.3 decide by their last bit."""
    return _cal(score, kind, wanted, lam, n, digits=None)


def calibrated_list__wrong_ties_to_higher(score, kind, wanted, lam, n):
    """Of equal items the higher number is added first."""
    return _cal(score, kind, wanted, lam, n, last=True)


def calibrated_list__wrong_share_of_n(score, kind, wanted, lam, n):
    """q is the count over n, the final length, not over the length so far."""
    return _cal(score, kind, wanted, lam, n, size_of=lambda members: n)


def calibrated_list__wrong_new_item_not_counted(score, kind, wanted, lam, n):
    """The divergence is that of the list without the new item, the same for all: the best scores win (from the third place on;
    the second still looks ahead)."""
    score, kind = np.asarray(score, float), np.asarray(kind)
    first = calibrated_list__right_loops_thirteenth(score, kind, wanted, lam, min(n, 2))
    rest = (
        [i for i in np.argsort(-score, kind="stable").tolist() if i not in first]
        if lam < 1
        else [i for i in range(len(score)) if i not in first]
    )
    return first + rest[: n - len(first)]


def calibrated_list__wrong_reverse_divergence(score, kind, wanted, lam, n):
    """The divergence of p from q (q ln q / p): the direction is turned round."""
    p = np.asarray(wanted, float)

    def kl(q):
        mixed = 0.99 * p + 0.01 * q
        ok = (q > 0) & (mixed > 0)
        return float((q[ok] * np.log(q[ok] / mixed[ok])).sum())

    return _cal(score, kind, wanted, lam, n, kl=kl)


def calibrated_list__wrong_smoothing_swapped_thirteenth(score, kind, wanted, lam, n):
    """0.01 q + 0.99 p: the list hardly matters."""
    p = np.asarray(wanted, float)
    ok = p > 0
    return _cal(
        score,
        kind,
        wanted,
        lam,
        n,
        kl=lambda q: float((p[ok] * np.log(p[ok] / (0.01 * q[ok] + 0.99 * p[ok]))).sum()),
    )


def calibrated_list__wrong_tiny_epsilon(score, kind, wanted, lam, n):
    """Smooths with 1e-10 instead of 0.01 p: a missing kind costs five times as much."""
    p = np.asarray(wanted, float)
    ok = p > 0
    return _cal(
        score,
        kind,
        wanted,
        lam,
        n,
        kl=lambda q: float((p[ok] * np.log(p[ok] / (q[ok] + 1e-10))).sum()),
    )


def calibrated_list__wrong_zero_share_nan(score, kind, wanted, lam, n):
    """A wanted share of 0 gives 0 times the log of 0/0 while its kind is not in the list: NaN, and max takes whatever comes first."""
    p = np.asarray(wanted, float)

    def kl(q):
        with np.errstate(all="ignore"):
            return float((p * np.log(p / (0.99 * q + 0.01 * p))).sum())

    return _cal(score, kind, wanted, lam, n, kl=kl)


def calibrated_list__wrong_log2_thirteenth(score, kind, wanted, lam, n):
    """Logarithm of base 2: the mix counts 1.44 times as much."""
    p = np.asarray(wanted, float)
    ok = p > 0
    return _cal(
        score,
        kind,
        wanted,
        lam,
        n,
        kl=lambda q: float((p[ok] * np.log2(p[ok] / (0.99 * q[ok] + 0.01 * p[ok]))).sum()),
    )


def calibrated_list__wrong_mean_score_thirteenth(score, kind, wanted, lam, n):
    """The mean score of the list, not the sum: from the second place on scores count less."""
    return _cal(score, kind, wanted, lam, n, gain=lambda members, s: s[members].mean())


def calibrated_list__wrong_stops_when_worse(score, kind, wanted, lam, n):
    """Stops when the best addition lowers the objective: negative scores, or a divergence that must rise, end the list early."""
    return _cal(score, kind, wanted, lam, n, stop=True)


def calibrated_list__wrong_unwanted_kinds_left_out_thirteenth(score, kind, wanted, lam, n):
    """Items of a kind with share 0 are never shown when lam is above 0; they only dilute the mix."""
    score, kind, p = np.asarray(score, float), np.asarray(kind), np.asarray(wanted, float)
    keep = np.flatnonzero((p[kind] > 0) | (lam == 0))
    return [int(keep[i]) for i in _cal(score[keep], kind[keep], wanted, lam, n)]


def calibrated_list__wrong_rounded_to_three(score, kind, wanted, lam, n):
    """Rounds to three decimals: a difference of 0.0004 in the score is no tie."""
    return _cal(score, kind, wanted, lam, n, digits=3)


def calibrated_list__wrong_kinds_of_items_alone(score, kind, wanted, lam, n):
    """Sums only over kinds of the items on offer: and scales p so that these shares sum to 1."""
    p = np.asarray(wanted, float).copy()
    there = np.isin(np.arange(len(p)), np.asarray(kind))
    p = np.where(there, p, 0)
    return _cal(score, kind, p / p.sum() if p.sum() > 0 else p, lam, n)


def calibrated_list__wrong_bincount_without_length(score, kind, wanted, lam, n):
    """np.bincount without minlength, cut to the wanted kinds that it knows: a wanted kind that is not in the list and has the highest number adds nothing."""
    p = np.asarray(wanted, float)

    def kl(q):
        used = np.flatnonzero(q)
        q, r = q[: used.max() + 1], p[: used.max() + 1]
        ok = r > 0
        return float((r[ok] * np.log(r[ok] / (0.99 * q[ok] + 0.01 * r[ok]))).sum())

    return _cal(score, kind, wanted, lam, n, kl=kl)


def calibrated_list__wrong_sorted_result(score, kind, wanted, lam, n):
    """Shows the chosen items by score, not in the order in which they were added."""
    chosen = _cal(score, kind, wanted, lam, n)
    return sorted(chosen, key=lambda i: (-score[i], i))


def calibrated_list__wrong_lam_exchanged(score, kind, wanted, lam, n):
    """1 - lam and lam exchanged between the ends; 0.5 hides it, and 0 and 1 are handled apart. lam = 0.9 shows it."""
    return _cal(score, kind, wanted, 1 - lam if lam not in (0, 1) else lam, n)


# ---------------------------------------------------------------- recommend_discoveries
def _rd_top(scores, bought, n):
    s = np.where(bought, -np.inf, scores)
    return np.argsort(-s, axis=1, kind="stable")[:, :n]


def _rd_z(s, bought):
    out = np.zeros_like(s, dtype=float)
    for i in range(len(s)):
        x = s[i, ~bought[i]]
        if len(x) and np.ptp(x) > 0:
            out[i] = (s[i] - x.mean()) / x.std()
    return out


def _rd_knn(X, rows, k=50):
    norm = np.sqrt(np.asarray(X.multiply(X).sum(axis=1)).ravel())
    unit = (sparse.diags(1 / np.where(norm > 0, norm, 1)) @ X).tocsr()
    sim = (unit[rows] @ unit.T).toarray()
    sim[np.arange(len(rows)), rows] = 0
    if sim.shape[1] > k:
        sim[sim < -np.partition(-sim, k - 1, axis=1)[:, [k - 1]]] = 0
    return np.asarray((sparse.csr_matrix(sim) @ X).todense())


def _rd_ease(B, rows, lam=1000.0):
    B = B.astype(np.float64)
    gram = (B.T @ B).toarray() if sparse.issparse(B) else B.T @ B
    P = np.linalg.inv(gram + lam * np.eye(gram.shape[0]))
    W = -P / np.diag(P)
    np.fill_diagonal(W, 0)
    return np.asarray(B[rows] @ W)


def _rd_svd(X, rows, k=32):
    k = min(k, min(X.shape) - 1)
    if k < 1:
        return np.zeros((len(rows), X.shape[1]))
    left, size, right = svds(X, k=k, random_state=0)
    return (left[rows] * size) @ right


def recommend_discoveries__right_blend_of_three(purchases, households, n):
    counts = sparse.csr_matrix(purchases, dtype=float)
    rows = np.asarray(households, int)
    X = counts.log1p().tocsr()
    B = (counts > 0).astype(float).tocsr()
    bought = B[rows].toarray() > 0
    total = sum(_rd_z(s, bought) for s in (_rd_knn(X, rows), _rd_ease(B, rows), _rd_svd(X, rows)))
    return _rd_top(total.round(10), bought, n)


def recommend_discoveries__right_ease_and_neighbours(purchases, households, n):
    counts = purchases.astype(float).tocsr(copy=True)
    rows = list(households)
    flags = counts.copy()
    flags.data = (flags.data > 0).astype(float)
    bought = flags[rows].toarray() > 0
    lam = 1000.0 if purchases.shape[0] > 500 else 1.0
    total = _rd_z(_rd_ease(flags, rows, lam), bought) + _rd_z(
        _rd_knn(counts.log1p().tocsr(), rows, 80), bought
    )
    return _rd_top(total, bought, n).tolist()


def recommend_discoveries__right_ranks_and_popularity(purchases, households, n):
    """Neighbours of two kinds and SVD, with a little popularity; lists made household by household."""
    counts = sparse.csr_matrix(purchases).astype(float)
    rows = np.asarray(households)
    X = counts.log1p().tocsr()
    B = counts.copy()
    B.data = np.sign(B.data)
    bought = B[rows].toarray() > 0
    popular = np.tile(np.log1p(np.asarray(B.sum(axis=0)).ravel()), (len(rows), 1))
    total = (
        _rd_z(_rd_knn(X, rows, 100), bought)
        + _rd_z(_rd_ease(B.tocsr(), rows, 700.0), bought)
        + 0.5 * _rd_z(_rd_svd(X, rows, 24), bought)
        + 0.1 * _rd_z(popular, bought)
    )
    pages = []
    for i in range(len(rows)):
        order = np.argsort(-total[i], kind="stable")
        pages.append(order[~bought[i][order]][:n])
    return np.array(pages)


def recommend_discoveries__wrong_most_popular_thirteenth(purchases, households, n):
    """The most popular products that she has not bought: the score of the baseline, so no points."""
    B = np.asarray((purchases[list(households)] > 0).todense())
    popular = np.asarray((purchases > 0).sum(axis=0)).ravel().astype(float)
    return _rd_top(np.tile(popular, (len(B), 1)), B, n)


def recommend_discoveries__wrong_bought_not_excluded(purchases, households, n):
    """Blend without excluding what the household has bought."""
    counts = sparse.csr_matrix(purchases, dtype=float)
    rows = np.asarray(households)
    bought = np.zeros((len(rows), counts.shape[1]), bool)
    return _rd_top(_rd_knn(counts.log1p().tocsr(), rows), bought, n)


def recommend_discoveries__wrong_rows_from_zero(purchases, households, n):
    """The first len(households) rows of the matrix, not the rows asked for: right for households 0, 1, 2, ..."""
    return recommend_discoveries__right_blend_of_three(purchases, list(range(len(households))), n)


def recommend_discoveries__wrong_log_in_place(purchases, households, n):
    """Takes the logarithm in purchases.data itself: the caller's matrix is changed (or, of integers, becomes 0 and 1)."""
    page = recommend_discoveries__right_blend_of_three(purchases, households, n)
    purchases.data[:] = np.log1p(purchases.data).astype(purchases.data.dtype)
    return page


def recommend_discoveries__wrong_one_neighbour(purchases, households, n):
    """One neighbour alone, and her best products by number: far too few to rank from."""
    X = sparse.csr_matrix(purchases, dtype=float).log1p().tocsr()
    rows = np.asarray(households)
    bought = X[rows].toarray() > 0
    return _rd_top(_rd_knn(X, rows, 1), bought, n)


def recommend_discoveries__wrong_raw_scales_added(purchases, households, n):
    """Adds popularity in counts to EASE and neighbours as they are: popularity decides alone."""
    counts = sparse.csr_matrix(purchases, dtype=float)
    rows = np.asarray(households)
    B = (counts > 0).astype(float).tocsr()
    bought = B[rows].toarray() > 0
    popular = np.asarray(B.sum(axis=0)).ravel()
    return _rd_top(_rd_ease(B, rows) + popular * 10, bought, n)


def recommend_discoveries__wrong_places_among_unseen(purchases, households, n):
    """Columns removed before ranking: the numbers count places among the unseen products."""
    page = np.asarray(recommend_discoveries__right_blend_of_three(purchases, households, n))
    bought = purchases[list(households)].toarray() > 0
    before = np.cumsum(bought, axis=1)
    return page - np.take_along_axis(before, page, axis=1)


def recommend_discoveries__wrong_repeats_in_row(purchases, households, n):
    """Alternates two lists without removing duplicates: a product can be twice in a row."""
    half = np.asarray(recommend_discoveries__right_blend_of_three(purchases, households, n))
    return np.repeat(half, 2, axis=1)[:, :n]


def recommend_discoveries__wrong_sorted_households(purchases, households, n):
    """Lists come in the order of np.unique(households), not in the order asked for."""
    return recommend_discoveries__right_blend_of_three(purchases, sorted(households), n)


# ---------------------------------------------------------------- more corners
_ISM_CACHE = {}


def item_similarity__wrong_cache_by_shape(R, lam=0.0):
    """Remembers results by shape and lam: another matrix of the same shape gets the similarities of the first."""
    key = (R.shape, lam)
    if key not in _ISM_CACHE:
        _ISM_CACHE[key] = item_similarity__right_numpy(R, lam)
    return _ISM_CACHE[key].copy()


def item_similarity__wrong_shrinks_by_union(R, lam=0.0):
    """n is the number of users with either item: equal where all have both."""
    X = np.asarray(R, float)
    has = (X != 0).astype(float)
    both = has.T @ has
    either = np.add.outer(np.diag(both), np.diag(both)) - both
    norm = np.linalg.norm(X, axis=0)
    norm[norm == 0] = 1
    S = (
        (X / norm).T
        @ (X / norm)
        * np.where(either > 0, either / np.where(either > 0, either + lam, 1), 0)
    )
    np.fill_diagonal(S, 0)
    return S


_CON_IDF = {}


def content_scores__wrong_idf_cached(F, R, u):
    """The idf is kept for each shape of F: another catalogue of the same shape gets the old weights."""
    F = np.asarray(F, float)
    if F.shape not in _CON_IDF:
        _CON_IDF[F.shape] = np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1
    return _con(F, R, u, _CON_IDF[F.shape])


def content_scores__wrong_mean_instead_of_cosine_norm(F, R, u):
    """The profile is scaled by its largest entry, not by its length: right for profiles of one feature."""
    F = np.asarray(F, float)
    X = F * (np.log((1 + len(F)) / (1 + (F > 0).sum(axis=0))) + 1)
    norm = np.linalg.norm(X, axis=1)
    Y = X / np.where(norm > 0, norm, 1)[:, None]
    p = np.asarray(R[u], float) @ Y
    return Y @ p / (p.max() if p.max() > 0 else 1)


def accept_model__wrong_t_over_seeds(err_new, err_base):
    """A t interval over the seeds' mean differences: with one seed it is NaN, and the luck of the units is not in it."""
    from scipy import stats

    m = _acd(err_new, err_base).mean(axis=1)
    with np.errstate(all="ignore"):
        half = (
            stats.t.ppf(0.975, len(m) - 1) * m.std(ddof=1) / np.sqrt(len(m))
            if len(m) > 1
            else math.nan
        )
    return bool(m.mean() + half < 0)


def accept_model__wrong_best_seed_thirteenth(err_new, err_base):
    """Judges the best seed alone, with an interval over units (the example shows it)."""
    d = _acd(err_new, err_base)
    return _acm(d[[d.mean(axis=1).argmin()]], (False, True))


def calibrated_list__wrong_divergence_rounded_by_kind(score, kind, wanted, lam, n):
    """Each kind's share is rounded to two decimals before the logarithm: a third is 0.33."""
    p = np.asarray(wanted, float)
    ok = p > 0
    return _cal(
        score,
        kind,
        wanted,
        lam,
        n,
        kl=lambda q: float((p[ok] * np.log(p[ok] / (0.99 * q[ok].round(2) + 0.01 * p[ok]))).sum()),
    )


def calibrated_list__wrong_always_n(score, kind, wanted, lam, n):
    """Loops n times whatever there is: with n above the number of items max() of nothing stops it."""
    s, out = list(map(float, score)), []
    left = list(range(len(s)))
    for _ in range(n):
        nxt = calibrated_list__right_loops_thirteenth(score, kind, wanted, lam, len(out) + 1)[
            len(out)
        ]
        out.append(nxt)
        left.remove(nxt)
    return out


def hybrid_rank__wrong_rounded_z(parts, w, seen, n):
    """Rounds each z-score to three decimals before the sum: close sums change their order or tie."""
    return _hyb(parts, w, seen, n, lambda s: _z_right(s).round(3))


def hybrid_rank__wrong_seen_by_score(parts, w, seen, n):
    """Seen items get minus infinity instead of being left out: they are shown last when n exceeds what is left."""
    total = sum(w[k] * _z_right(np.array(s, float)) for k, s in parts.items()).round(10)
    total[list(seen)] = -np.inf
    return np.argsort(-total, kind="stable")[:n].tolist()


def itemcf_scores__wrong_seen_minus_one(R, u, P, k):
    """Items that she has get minus one, not minus infinity (the example shows it)."""
    s = itemcf_scores__right_argsort_thirteenth(R, u, P, k)
    return np.where(np.isneginf(s), -1.0, s)


TRUE |= {
    "item_similarity__wrong_nan_at_lam_zero": ("nobody_has_both_divides_by_zero",),
    "item_similarity__wrong_bool_counts": ("common_users_as_flag",),
    "item_similarity__wrong_changes_r": ("strengths_overwritten",),
    "itemcf_scores__wrong_top_by_product": ("k_after_weighting",),
    "itemcf_scores__wrong_column_for_row": ("transposed",),
    "itemcf_scores__wrong_k_per_history_item": ("candidates_kept_for_each",),
    "itemcf_scores__wrong_neighbours_of_all": ("k_of_all_items",),
    "itemcf_scores__wrong_k_by_strength": ("most_bought_counted",),
    "itemcf_scores__wrong_weighted_mean": ("mean_for_sum",),
    "content_scores__wrong_counts_as_frequency": ("occurrences_counted",),
    "content_scores__wrong_idf_without_one": ("idf_not_smoothed",),
    "content_scores__wrong_log2_thirteenth": ("idf_in_another_base",),
    "content_scores__wrong_profile_of_raw_items": ("items_not_scaled",),
    "content_scores__wrong_empty_item_nan": ("nan_for_featureless",),
    "content_scores__wrong_purchase_flags": ("history_all_alike",),
    "content_scores__wrong_feature_flags": ("features_as_flags",),
    "content_scores__wrong_idf_twice": ("idf_twice",),
    "content_scores__wrong_own_items_excluded": ("own_items_masked",),
    "content_scores__wrong_idf_shape_of_features": ("features_counted",),
    "rank_with_ties__wrong_no_rounding": ("not_rounded",),
    "rank_with_ties__wrong_reversed_thirteenth": ("last_tie_by_higher_number",),
    "rank_with_ties__wrong_minus_zero_slice": ("all_for_none",),
    "rank_with_ties__wrong_popularity_added_thirteenth": ("popularity_added",),
    "rank_with_ties__wrong_popularity_as_int": ("popularity_cut",),
    "rank_with_ties__wrong_six_decimals_thirteenth": ("rounded_too_roughly",),
    "rank_with_ties__wrong_truncated_thirteenth": ("cut_off_not_rounded",),
    "rank_with_ties__wrong_cut_before_ties_thirteenth": ("cut_before_the_ties",),
    "hybrid_rank__wrong_zero_before": ("nan_counted_as_zero",),
    "hybrid_rank__wrong_seen_left_out_of_mean": ("seen_left_out_of_the_mean",),
    "hybrid_rank__wrong_nan_alone": ("infinity_taken_for_a_score",),
    "hybrid_rank__wrong_exact_zero_deviation": ("spread_compared_with_zero",),
    "hybrid_rank__wrong_weights_by_position_thirteenth": ("weights_by_order",),
    "hybrid_rank__wrong_reversed_ties_thirteenth": ("higher_number_of_equals",),
    "hybrid_rank__wrong_worst_for_missing": ("no_score_is_a_bad_score",),
    "kill_hybrid__wrong_example_alone": ("accepts_any_hybrid",),
    "kill_hybrid__wrong_reference_sample_deviation": ("rejects_any_hybrid",),
    "kill_hybrid__wrong_order_ignored": ("looks_only_at_seen",),
    "kill_hybrid__wrong_first_item_only": ("accepts_any_hybrid",),
    "kill_hybrid__wrong_ties_to_higher": ("rejects_any_hybrid",),
    "kill_hybrid__wrong_plus_infinity_thirteenth": ("rejects_any_hybrid",),
    "kill_hybrid__wrong_missing_excluded": ("rejects_any_hybrid",),
    "in_batch_softmax_logq__wrong_sign_thirteenth": ("correction_added",),
    "in_batch_softmax_logq__wrong_tau_divides_all_thirteenth": ("temperature_on_everything",),
    "in_batch_softmax_logq__wrong_row_correction": ("no_correction",),
    "in_batch_softmax_logq__wrong_overflow_thirteenth": ("overflows",),
    "in_batch_softmax_logq__wrong_log_after_softmax": ("underflows",),
    "in_batch_softmax_logq__wrong_clipped_probability": ("small_number_in_the_logarithm",),
    "in_batch_softmax_logq__wrong_wrong_axis": ("items_choose_users",),
    "in_batch_softmax_logq__wrong_negatives_only_denominator": ("negatives_only",),
    "in_batch_softmax_logq__wrong_positive_not_corrected_thirteenth": ("own_item_not_corrected",),
    "in_batch_softmax_logq__wrong_unit_vectors_thirteenth": ("cosines_for_dot_products",),
    "accept_model__wrong_units_alone": ("units_drawn_alone",),
    "accept_model__wrong_seeds_alone": ("seeds_drawn_alone",),
    "accept_model__wrong_flat_cells": ("runs_taken_for_units",),
    "accept_model__wrong_units_anew_for_each_seed": ("units_apart_for_each_seed",),
    "accept_model__wrong_unpaired": ("units_not_paired",),
    "accept_model__wrong_ninety_percent": ("one_end_alone",),
    "accept_model__wrong_normal_interval_thirteenth": ("normal_interval",),
    "accept_model__wrong_either_side": ("either_side_accepted",),
    "accept_model__wrong_one_resample_of_seeds": ("worst_seed_counts",),
    "retrieve_rank_rerank__wrong_half_not_waited": ("exactly_half_is_late",),
    "retrieve_rank_rerank__wrong_times_added_thirteenth": ("sources_one_at_a_time",),
    "retrieve_rank_rerank__wrong_always_half_left": ("half_for_the_ranker",),
    "retrieve_rank_rerank__wrong_float_floor": ("budget_missed_by_a_float",),
    "retrieve_rank_rerank__wrong_rounded_room": ("last_one_does_not_fit",),
    "retrieve_rank_rerank__wrong_duplicates_after_cut": ("duplicates_ranked",),
    "retrieve_rank_rerank__wrong_zip_shortest_thirteenth": ("shortest_source_ends_it",),
    "retrieve_rank_rerank__wrong_one_source_after_another": ("first_source_first",),
    "retrieve_rank_rerank__wrong_equal_scores_by_arrival": ("ties_by_retrieval",),
    "retrieve_rank_rerank__wrong_rule_before_ranking": ("rule_before_the_order",),
    "retrieve_rank_rerank__wrong_none_in_time_error": ("no_source_fails",),
    "calibrated_list__wrong_ties_to_higher": ("higher_number_added_first",),
    "calibrated_list__wrong_share_of_n": ("shares_of_the_full_length",),
    "calibrated_list__wrong_reverse_divergence": ("divergence_the_other_way",),
    "calibrated_list__wrong_smoothing_swapped_thirteenth": ("mixed_the_other_way",),
    "calibrated_list__wrong_zero_share_nan": ("unwanted_kind_spoils_the_sum",),
    "calibrated_list__wrong_log2_thirteenth": ("logarithm_of_base_two",),
    "calibrated_list__wrong_mean_score_thirteenth": ("mean_score_of_the_list",),
    "calibrated_list__wrong_sorted_result": ("ordered_by_score_in_the_end",),
    "recommend_discoveries__wrong_most_popular": ("popular_products",),
    "recommend_discoveries__wrong_most_popular_thirteenth": ("popular_products",),
    "recommend_discoveries__wrong_one_neighbour": ("nearest_neighbour_alone",),
    "recommend_discoveries__wrong_raw_scales_added": ("popular_products",),
    "item_similarity__wrong_shrinks_by_union": ("shrunk_by_either",),
    "accept_model__wrong_best_seed_thirteenth": ("best_seed_counts",),
    "calibrated_list__wrong_always_n": ("too_few_items_fail",),
    "itemcf_scores__wrong_seen_minus_one": ("seen_not_minus_infinity",),
}


# ---- of an answer that is True or False ----


def accept_model__wrong_coin(err_new, err_base):
    """Looks at nothing: says True or False by a number that the errors happen to give."""
    return zlib.crc32(repr((err_new, err_base)).encode()) % 2 == 0


def accept_model__wrong_threshold_of_shares(err_new, err_base):
    """Accepts when more than 70 % of the differences are better: no interval, and sizes do not count."""
    return bool((np.asarray(err_base) - np.asarray(err_new) > 0).mean() > 0.7)


def accept_model__wrong_threshold_of_size(err_new, err_base):
    """Compares the mean with the spread of single differences: how many there are does not count."""
    gain = np.asarray(err_base, float) - np.asarray(err_new, float)
    return bool(gain.mean() > 0.4 * gain.std())


def accept_model__wrong_threshold_of_percent(err_new, err_base):
    """Accepts when the mean error is lower by 2 %: no interval."""
    return bool(np.mean(err_new) < 0.98 * np.mean(err_base))


# ---- Fifteenth bank

# ------------------------------------------------------------------ 4.1 break_basket_recommender


def _bbr_good(defect):
    """One instance per defect, worked out by hand."""
    return {
        "flags_used_as_indices": ([[1, 0, 0, 0], [1, 0, 0, 1], [1, 1, 0, 0]], 0, 1),
        "similarity_invented": ([[1, 1, 0, 0], [1, 1, 0, 1], [0, 0, 1, 0], [0, 0, 1, 0]], 0, 1),
        "seen_items_kept": ([[1, 0], [1, 1]], 0, 2),
        "norms_forgotten": ([[1, 1, 0, 0], [1, 1, 0, 1], [9, 0, 1, 0]], 0, 1),
        "counts_made_flags": ([[5, 1, 0, 0], [5, 0, 0, 1], [0, 5, 1, 0]], 0, 1),
        "places_for_items": ([[1, 0], [1, 1]], 0, 1),
    }[defect]


def _bbr_sim(R, u, n, defect=None):
    """The recommender, right or with a defect; None when it stops with an error."""
    A = np.array(R, float)
    if defect == "counts_made_flags":
        A = (A > 0).astype(float)
    norm = np.sqrt((A**2).sum(1))
    norm[norm == 0] = 1
    S = (A @ A.T) / np.outer(norm, norm)
    if defect == "norms_forgotten":
        S = A @ A.T
    if defect == "similarity_invented":
        S = np.full(S.shape, 0.5)
    weight = S[u].copy()
    if defect == "flags_used_as_indices":
        np.fill_diagonal(S, 1.0)
        if max(R[u]) >= len(R):
            return None
        weight = S[np.array(R[u], int)].mean(0)
    weight[u] = 0
    total = np.round(weight @ A, 10)
    if defect == "seen_items_kept":
        able = [i for i in range(A.shape[1]) if total[i] > 0]
    else:
        able = [i for i in range(A.shape[1]) if total[i] > 0 and R[u][i] == 0]
    best = sorted(able, key=lambda i: (-total[i], i))[:n]
    if defect == "places_for_items":
        unseen = [i for i in range(A.shape[1]) if R[u][i] == 0]
        return [unseen.index(i) for i in best]
    return best


def break_basket_recommender__right_table_15(defect):
    return _bbr_good(defect)


def break_basket_recommender__right_search_15(defect):
    rng = np.random.default_rng(5)
    while True:
        R = rng.integers(0, 4, (4, 5)) * (rng.random((4, 5)) < 0.5)
        R = R.tolist()
        good, bad = _bbr_sim(R, 0, 2), _bbr_sim(R, 0, 2, defect)
        if good and sum(R[0]) > 0 and bad is not None and good != bad:
            return R, 0, 2


def break_basket_recommender__right_last_user_and_six_by_six(defect):
    # other shapes: the user is the last row, and the table is as large as allowed
    R, u, n = _bbr_good(defect)
    R = [list(row) + [0] * (6 - len(row)) for row in R]
    if defect == "flags_used_as_indices":
        return R, u, n
    R = R[1:] + [R[0]]
    R = [[0] * 6 for _ in range(6 - len(R))] + R
    return R, 5, n


def break_basket_recommender__wrong_counts_all_ones(defect):
    """For counts_made_flags every count is 0 or 1, so counts and flags are the same thing."""
    if defect == "counts_made_flags":
        return [[1, 0, 1, 0], [0, 1, 0, 1], [1, 1, 0, 1]], 0, 2
    return _bbr_good(defect)


def break_basket_recommender__wrong_unseen_items_come_first(defect):
    """For places_for_items the seen items stand last, so places among the unseen are the item numbers."""
    if defect == "places_for_items":
        return [[0, 0, 1], [1, 2, 1]], 0, 2
    return _bbr_good(defect)


def break_basket_recommender__wrong_equal_norms_15(defect):
    """For norms_forgotten the two other users have rows of the same length, so the order stays."""
    if defect == "norms_forgotten":
        return [[1, 1, 0, 0, 0], [1, 1, 0, 1, 0], [1, 0, 1, 0, 1]], 0, 1
    return _bbr_good(defect)


def break_basket_recommender__wrong_long_list_hides_seen(defect):
    """For seen_items_kept nobody else has the seen item, so its sum is 0 and it is not recommended."""
    if defect == "seen_items_kept":
        return [[1, 0, 0], [0, 2, 1], [0, 1, 1]], 0, 2
    return _bbr_good(defect)


def break_basket_recommender__wrong_ten_bought(defect):
    """For norms_forgotten a count of 10 is used; counts go from 0 to 9."""
    if defect == "norms_forgotten":
        return [[1, 1, 0, 0], [1, 1, 0, 1], [10, 0, 1, 0]], 0, 1
    return _bbr_good(defect)


def break_basket_recommender__wrong_everything_fits_in_n(defect):
    """For similarity_invented one user alone is left besides u, so any positive weight gives the same order."""
    if defect == "similarity_invented":
        return [[1, 1, 0, 0], [1, 1, 2, 1]], 0, 2
    return _bbr_good(defect)


def break_basket_recommender__wrong_user_from_one_15(defect):
    """The user is counted from 1; u = 3 is not a row of three users."""
    if defect == "counts_made_flags":
        return [[5, 0, 0, 1], [0, 5, 1, 0], [5, 1, 0, 0]], 3, 1
    return _bbr_good(defect)


def break_basket_recommender__wrong_flags_point_at_like_minded(defect):
    """For flags_used_as_indices the row's numbers point at u and at a user with the same neighbours: nothing differs."""
    if defect == "flags_used_as_indices":
        return [[1, 0, 1, 0], [1, 0, 1, 1], [0, 0, 0, 0]], 0, 1
    return _bbr_good(defect)


def break_basket_recommender__wrong_flags_only_scores_differ(defect):
    """For counts_made_flags the weights change but not the order of the two items."""
    if defect == "counts_made_flags":
        return [[5, 1, 0, 0], [5, 1, 3, 1], [0, 1, 2, 0]], 0, 2
    return _bbr_good(defect)


def break_basket_recommender__wrong_n_zero(defect):
    """For places_for_items n is 0: no list can differ, and n must be at least 1."""
    if defect == "places_for_items":
        return [[1, 0], [1, 1]], 0, 0
    return _bbr_good(defect)


# ------------------------------------------------------------------ 4.2 item_similarity


def item_similarity__right_numpy_15(R, lam=0.0):
    A = np.asarray(R, float)
    norm = np.sqrt((A * A).sum(axis=0))
    outer = np.outer(norm, norm)
    cos = np.divide(A.T @ A, outer, out=np.zeros_like(outer), where=outer > 0)
    have = (A != 0).astype(float)
    n = have.T @ have
    shrink = np.divide(n, n + lam, out=np.zeros_like(n), where=n > 0)
    S = cos * shrink
    np.fill_diagonal(S, 0.0)
    return S


def item_similarity__right_loops_15(R, lam=0.0):
    rows = [[float(x) for x in row] for row in R]
    m = len(R[0])
    S = np.zeros((m, m))
    for i in range(m):
        for j in range(i + 1, m):
            both = [(row[i], row[j]) for row in rows if row[i] != 0 and row[j] != 0]
            if not both:
                continue
            dot = sum(a * b for a, b in both)
            ni = math.sqrt(sum(row[i] ** 2 for row in rows))
            nj = math.sqrt(sum(row[j] ** 2 for row in rows))
            S[i, j] = S[j, i] = dot / (ni * nj) * len(both) / (len(both) + lam)
    return S


def item_similarity__right_sparse_columns(R, lam=0.0):
    M = sparse.csc_matrix(np.asarray(R, dtype=float))
    norm = np.sqrt(np.asarray(M.multiply(M).sum(axis=0)).ravel())
    inverse = np.zeros_like(norm)
    inverse[norm > 0] = 1 / norm[norm > 0]
    unit = M @ sparse.diags(inverse)
    cos = (unit.T @ unit).toarray()
    ones = M.copy()
    ones.data = (ones.data != 0).astype(float)
    n = (ones.T @ ones).toarray()
    with np.errstate(invalid="ignore", divide="ignore"):
        S = np.where(n > 0, cos * n / (n + lam), 0.0)
    S[np.diag_indices_from(S)] = 0
    return S


def item_similarity__wrong_flags_matmul_bool(R, lam=0.0):
    """Common users are counted with a product of bools, so n is at most 1; shows with lam > 0 and two common users of one pair."""
    A = np.asarray(R, float)
    norm = np.sqrt((A * A).sum(axis=0))
    norm[norm == 0] = 1
    have = A != 0
    n = have.T @ have
    S = (A.T @ A) / np.outer(norm, norm) * np.where(n, 1 / (1 + lam), 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_small_dtype_overflow(R, lam=0.0):
    """The product is taken in the dtype of R: an int8 or uint8 matrix of counts overflows; shows for R of dtype int8 with values of 12."""
    norm = np.sqrt((R.astype(float) ** 2).sum(axis=0))
    norm[norm == 0] = 1
    n = (R != 0).astype(float).T @ (R != 0)
    S = (R.T @ R) / np.outer(norm, norm)
    S = S * np.where(n > 0, n / np.where(n > 0, n + lam, 1), 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_common_is_dot(R, lam=0.0):
    """The dot product stands for the number of common users: right for 0/1 only; shows for counts above 1 and lam > 0."""
    A = np.asarray(R, float)
    norm = np.sqrt((A * A).sum(axis=0))
    norm[norm == 0] = 1
    n = A.T @ A
    S = n / np.outer(norm, norm) * np.where(n > 0, n / np.where(n > 0, n + lam, 1), 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_norm_over_common_users_15(R, lam=0.0):
    """The norms are taken over the common users only; shows when a user has one of the two items alone."""
    A = np.asarray(R, float)
    have = (A != 0).astype(float)
    n = have.T @ have
    sq = (A * A).T @ have  # norm of i over users of j
    denominator = np.sqrt(sq * sq.T)
    S = np.where(denominator > 0, A.T @ A / np.where(denominator > 0, denominator, 1), 0)
    S = S * np.where(n > 0, n / np.where(n > 0, n + lam, 1), 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_writes_into_r(R, lam=0.0):
    """A float R is scaled in place to unit columns; shows when the argument is looked at afterwards."""
    A = R if R.dtype == float else R.astype(float)
    have = (A != 0).astype(float)
    norm = np.sqrt((A * A).sum(axis=0))
    norm[norm == 0] = 1
    A /= norm
    n = have.T @ have
    S = A.T @ A * np.where(n > 0, n / np.where(n > 0, n + lam, 1), 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_diagonal_one_for_bought(R, lam=0.0):
    """The diagonal of items with a single buyer is left (n = 1 taken as trustless is skipped, the zeroing runs only for n > 1); shows for an item with one buyer."""
    A = np.asarray(R, float)
    norm = np.sqrt((A * A).sum(axis=0))
    norm[norm == 0] = 1
    have = (A != 0).astype(float)
    n = have.T @ have
    S = A.T @ A / np.outer(norm, norm) * np.where(n > 0, n / np.where(n > 0, n + lam, 1), 0)
    for i in range(len(S)):
        if n[i, i] > 1:
            S[i, i] = 0
    return S


def item_similarity__wrong_nan_at_lam_zero_15(R, lam=0.0):
    """n / (n + lam) is 0/0 for items without common users when lam is 0, hidden only where the norm is 0; shows for two bought items that nobody shares."""
    A = np.asarray(R, float)
    norm = np.sqrt((A * A).sum(axis=0))
    have = (A != 0).astype(float)
    n = have.T @ have
    with np.errstate(all="ignore"):
        S = A.T @ A / np.outer(norm, norm) * (n / (n + lam))
    S[:, norm == 0] = 0
    S[norm == 0] = 0
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_epsilon_in_denominator_15(R, lam=0.0):
    """1e-6 is added to the product of the norms; shows when the strengths are themselves small, such as 0.001."""
    A = np.asarray(R, float)
    norm = np.sqrt((A * A).sum(axis=0))
    have = (A != 0).astype(float)
    n = have.T @ have
    S = (
        A.T
        @ A
        / (np.outer(norm, norm) + 1e-6)
        * np.where(n > 0, n / np.where(n > 0, n + lam, 1), 0)
    )
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_centred_15(R, lam=0.0):
    """Columns are centred before the cosine when they vary (adjusted cosine); shows when a column is not constant."""
    A = np.asarray(R, float)
    have = (A != 0).astype(float)
    n = have.T @ have
    C = A - A.mean(axis=0) * (A.std(axis=0) > 0)
    norm = np.sqrt((C * C).sum(axis=0))
    norm[norm == 0] = 1
    S = C.T @ C / np.outer(norm, norm) * np.where(n > 0, n / np.where(n > 0, n + lam, 1), 0)
    np.fill_diagonal(S, 0)
    return S


def item_similarity__wrong_shrunk_by_smaller_buyers(R, lam=0.0):
    """Shrinks by the smaller of the two numbers of buyers, not by the common ones; shows when one buyer of each lacks the other."""
    A = np.asarray(R, float)
    norm = np.sqrt((A * A).sum(axis=0))
    norm[norm == 0] = 1
    buyers = (A != 0).sum(axis=0).astype(float)
    n = np.minimum.outer(buyers, buyers)
    S = A.T @ A / np.outer(norm, norm) * np.where(n > 0, n / np.where(n > 0, n + lam, 1), 0)
    np.fill_diagonal(S, 0)
    return S


# ------------------------------------------------------------------ 4.3 itemcf_scores


def itemcf_scores__right_loops_15(R, u, P, k):
    m = R.shape[1]
    history = [h for h in range(m) if R[u][h] != 0]
    scores = np.zeros(m)
    for i in range(m):
        if R[u][i] != 0:
            scores[i] = -math.inf
            continue
        best = sorted(history, key=lambda h: P[h][i], reverse=True)[:k]
        scores[i] = sum(float(P[h][i]) * float(R[u][h]) for h in best)
    return scores


def itemcf_scores__right_argsort_15(R, u, P, k):
    row = np.asarray(R)[u].astype(float)
    history = np.flatnonzero(row)
    sub = np.asarray(P, float)[history]
    order = np.argsort(-sub, axis=0, kind="stable")[:k]
    scores = (np.take_along_axis(sub, order, axis=0) * row[history][order]).sum(axis=0)
    return np.where(row != 0, -np.inf, scores)


def itemcf_scores__right_pandas_nlargest(R, u, P, k):
    row = pd.Series(np.asarray(R)[u], dtype=float)
    table = pd.DataFrame(np.asarray(P, float))
    mine = row[row != 0]
    out = []
    for i in table.columns:
        if i in mine.index:
            out.append(-np.inf)
        else:
            near = table.loc[mine.index, i].nlargest(k)
            out.append(float((near * mine[near.index]).sum()) if len(near) else 0.0)
    return np.array(out, dtype=float)


def itemcf_scores__wrong_k_by_contribution(R, u, P, k):
    """The k largest products P * R count, not the k largest P; shows when a weaker P was bought more often (P .5 three times, .9 once, k = 1)."""
    row = np.asarray(R)[u].astype(float)
    h = np.flatnonzero(row)
    sub = np.asarray(P, float)[h] * row[h][:, None]
    scores = -np.sort(-sub, axis=0)[:k].sum(axis=0)
    return np.where(row != 0, -np.inf, scores)


def itemcf_scores__wrong_threshold_keeps_ties(R, u, P, k):
    """All items at least as strong as the k-th count: with ties at the k-th place more than k are summed."""
    row = np.asarray(R)[u].astype(float)
    h = np.flatnonzero(row)
    if len(h) == 0:
        return np.zeros(len(row))
    sub = np.asarray(P, float)[h]
    kth = -np.sort(-sub, axis=0)[min(k, len(h)) - 1]
    scores = (np.where(sub >= kth, sub, 0) * row[h][:, None]).sum(axis=0)
    return np.where(row != 0, -np.inf, scores)


def itemcf_scores__wrong_partition_needs_k_rows(R, u, P, k):
    """np.partition with k - 1 fails when the history is shorter than k; shows for k = 3 and two items."""
    row = np.asarray(R)[u].astype(float)
    h = np.flatnonzero(row)
    if len(h) == 0:
        return np.zeros(len(row))
    sub = np.asarray(P, float)[h]
    order = np.argpartition(-sub, k - 1, axis=0)[:k]
    scores = (np.take_along_axis(sub, order, 0) * row[h][order]).sum(axis=0)
    return np.where(row != 0, -np.inf, scores)


def itemcf_scores__wrong_k_over_all_items(R, u, P, k):
    """The k strongest of all items are looked up and then cut to the history; shows when an item outside the history speaks more."""
    row = np.asarray(R)[u].astype(float)
    Q = np.asarray(P, float)
    order = np.argsort(-Q, axis=0, kind="stable")[:k]
    scores = (np.take_along_axis(Q, order, 0) * row[order]).sum(axis=0)
    return np.where(row != 0, -np.inf, scores)


def itemcf_scores__wrong_k_per_history_item_15(R, u, P, k):
    """Each item of the history speaks only for its k best candidates (rows cut, not columns); shows with k = 1, one item of history and two candidates."""
    row = np.asarray(R)[u].astype(float)
    seen = row != 0
    Q = np.array(P, float)
    scores = np.zeros(len(row))
    for h in np.flatnonzero(seen):
        open_ = [i for i in range(len(row)) if not seen[i]]
        for i in sorted(open_, key=lambda i: -Q[h, i])[:k]:
            scores[i] += Q[h, i] * row[h]
    scores[seen] = -np.inf
    return scores


def itemcf_scores__wrong_weighted_mean_when_many(R, u, P, k):
    """The sum is divided by the sum of the P used (a predicted rating) once more than two items speak; shows with three items of history and k = 3."""
    row = np.asarray(R)[u].astype(float)
    h = np.flatnonzero(row)
    sub = np.asarray(P, float)[h]
    order = np.argsort(-sub, axis=0, kind="stable")[:k]
    near = np.take_along_axis(sub, order, 0)
    scores = (near * row[h][order]).sum(axis=0)
    if len(near) > 2:
        total = near.sum(axis=0)
        scores = np.where(total > 0, scores / np.where(total > 0, total, 1), 0)
    return np.where(row != 0, -np.inf, scores)


def itemcf_scores__wrong_integer_result(R, u, P, k):
    """The result has the dtype of the product, so for integer P minus infinity cannot be stored; shows for P of ints."""
    row = np.asarray(R)[u]
    h = np.flatnonzero(row)
    if len(h) == 0:
        return np.zeros(len(row))
    sub = np.asarray(P)[h]
    order = np.argsort(-sub, axis=0, kind="stable")[:k]
    scores = (np.take_along_axis(sub, order, 0) * row[h][order]).sum(axis=0)
    scores[h] = -np.inf
    return scores


def itemcf_scores__wrong_no_history_all_minus_inf(R, u, P, k):
    """A user without history gets minus infinity for everything instead of zeros."""
    row = np.asarray(R)[u].astype(float)
    if not row.any():
        return np.full(len(row), -np.inf)
    return itemcf_scores__right_argsort_15(R, u, P, k)


def itemcf_scores__wrong_silent_candidate_minus_inf(R, u, P, k):
    """Candidates for which nothing speaks (score 0) get minus infinity too; shows when P[h, i] is 0 for the whole history."""
    scores = itemcf_scores__right_argsort_15(R, u, P, k)
    if not np.asarray(R)[u].any():
        return scores
    return np.where(scores == 0, -np.inf, scores)


def itemcf_scores__wrong_clears_rows_of_argument(R, u, P, k):
    """P's rows of items outside the history are set to 0 in the caller's array; shows when P is used for a second user."""
    row = np.asarray(R)[u].astype(float)
    P[row == 0] = 0
    order = np.argsort(-P, axis=0, kind="stable")[:k]
    scores = (np.take_along_axis(P, order, 0) * row[order]).sum(axis=0)
    return np.where(row != 0, -np.inf, scores)


def itemcf_scores__wrong_history_above_one(R, u, P, k):
    """Strengths below 1 are not history (int cast of R): an item of strength 0.5 is neither counted nor excluded."""
    row = np.asarray(R)[u]
    return itemcf_scores__right_argsort_15(row.astype(int)[None], 0, P, k)


# ------------------------------------------------------------------ 4.4 content_scores


def content_scores__right_numpy_15(F, R, u):
    F = np.asarray(F, float)
    m = len(F)
    idf = np.log((1 + m) / (1 + (F > 0).sum(axis=0))) + 1
    X = F * idf
    norm = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, norm, out=np.zeros_like(X), where=norm > 0)
    profile = np.asarray(R)[u].astype(float) @ X
    size = np.linalg.norm(profile)
    if size == 0:
        return np.zeros(m)
    return X @ profile / size


def content_scores__right_loops_15(F, R, u):
    m, n_features = len(F), len(F[0])
    idf = []
    for f in range(n_features):
        mf = sum(1 for i in range(m) if F[i][f] > 0)
        idf.append(math.log((1 + m) / (1 + mf)) + 1)
    rows = []
    for i in range(m):
        x = [float(F[i][f]) * idf[f] for f in range(n_features)]
        length = math.sqrt(sum(a * a for a in x))
        rows.append([a / length for a in x] if length > 0 else x)
    profile = [sum(float(R[u][i]) * rows[i][f] for i in range(m)) for f in range(n_features)]
    length = math.sqrt(sum(a * a for a in profile))
    if length == 0:
        return np.zeros(m)
    return np.array([sum(a * b for a, b in zip(rows[i], profile)) / length for i in range(m)])


def content_scores__right_pandas_15(F, R, u):
    X = pd.DataFrame(np.asarray(F, float))
    idf = np.log((len(X) + 1) / (X.gt(0).sum() + 1)) + 1
    X = X.mul(idf, axis=1)
    X = X.div(np.sqrt(X.pow(2).sum(axis=1)).replace(0, 1.0), axis=0)
    profile = X.mul(np.asarray(R, float)[u], axis=0).sum()
    size = float(np.sqrt((profile**2).sum())) or 1.0
    return X.dot(profile).to_numpy() / size


def content_scores__wrong_items_not_scaled_15(F, R, u):
    """The profile adds up items that were not scaled to length 1; shows when two items of the history have different lengths."""
    F = np.asarray(F, float)
    m = len(F)
    X = F * (np.log((1 + m) / (1 + (F > 0).sum(axis=0))) + 1)
    profile = np.asarray(R)[u].astype(float) @ X
    d = np.linalg.norm(X, axis=1) * np.linalg.norm(profile)
    return np.divide(X @ profile, d, out=np.zeros(m), where=d > 0)


def content_scores__wrong_document_frequency_summed(F, R, u):
    """m_f is the sum of the counts of a feature, not the number of items that have it; shows for a count of 2."""
    F = np.asarray(F, float)
    m = len(F)
    X = F * (np.log((1 + m) / (1 + F.sum(axis=0))) + 1)
    norm = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, norm, out=np.zeros_like(X), where=norm > 0)
    profile = np.asarray(R)[u].astype(float) @ X
    size = np.linalg.norm(profile)
    return X @ profile / size if size > 0 else np.zeros(m)


def content_scores__wrong_idf_without_smoothing_15(F, R, u):
    """idf is ln(m / m_f): a feature of all items has weight 0; shows when an item has only such a feature, or two features."""
    F = np.asarray(F, float)
    m = len(F)
    df = (F > 0).sum(axis=0)
    X = F * np.where(df > 0, np.log(m / np.maximum(df, 1)), 0)
    norm = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, norm, out=np.zeros_like(X), where=norm > 0)
    profile = np.asarray(R)[u].astype(float) @ X
    size = np.linalg.norm(profile)
    return X @ profile / size if size > 0 else np.zeros(m)


def content_scores__wrong_strength_ignored(F, R, u):
    """The profile counts each item of the history once; shows for strengths 3 and 1 on different features."""
    return content_scores__right_numpy_15(F, (np.asarray(R) != 0).astype(float), u)


def content_scores__wrong_counts_made_flags(F, R, u):
    """How often an item has a feature is cut to yes or no; shows for an item with features (2, 1)."""
    return content_scores__right_numpy_15((np.asarray(F) > 0).astype(float), R, u)


def content_scores__wrong_nan_for_featureless_item(F, R, u):
    """An item without features is 0/0; shows for a row of zeros in F."""
    F = np.asarray(F, float)
    m = len(F)
    X = F * (np.log((1 + m) / (1 + (F > 0).sum(axis=0))) + 1)
    with np.errstate(all="ignore"):
        X = X / np.linalg.norm(X, axis=1, keepdims=True)
    profile = np.asarray(R)[u].astype(float) @ X
    size = np.linalg.norm(profile)
    return X @ profile / size if size != 0 else np.zeros(m)


def content_scores__wrong_history_without_features_is_nan(F, R, u):
    """Only an empty history is guarded: a user whose items have no features has a profile of length 0, and all scores are NaN."""
    F = np.asarray(F, float)
    m = len(F)
    row = np.asarray(R)[u].astype(float)
    if not row.any():
        return np.zeros(m)
    X = F * (np.log((1 + m) / (1 + (F > 0).sum(axis=0))) + 1)
    norm = np.linalg.norm(X, axis=1, keepdims=True)
    X = X / np.where(norm > 0, norm, 1)
    profile = row @ X
    with np.errstate(all="ignore"):
        return X @ profile / np.linalg.norm(profile)


def content_scores__wrong_m_counts_items_with_features(F, R, u):
    """m leaves out the items without features; shows when one row of F is all 0 and items have two features of different idf."""
    F = np.asarray(F, float)
    m = int((F.sum(axis=1) > 0).sum())
    X = F * (np.log((1 + m) / (1 + (F > 0).sum(axis=0))) + 1)
    norm = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, norm, out=np.zeros_like(X), where=norm > 0)
    profile = np.asarray(R)[u].astype(float) @ X
    size = np.linalg.norm(profile)
    return X @ profile / size if size > 0 else np.zeros(len(F))


def content_scores__wrong_mean_cosine(F, R, u):
    """The weighted mean of the cosines with the items of the history, not the cosine with the profile; shows for two different items of history."""
    F = np.asarray(F, float)
    m = len(F)
    X = F * (np.log((1 + m) / (1 + (F > 0).sum(axis=0))) + 1)
    norm = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, norm, out=np.zeros_like(X), where=norm > 0)
    row = np.asarray(R)[u].astype(float)
    if row.sum() == 0:
        return np.zeros(m)
    return (X @ X.T) @ row / row.sum()


def content_scores__wrong_log_base_ten(F, R, u):
    """idf uses log10; shows for an item with two features of different frequency."""
    F = np.asarray(F, float)
    m = len(F)
    X = F * (np.log10((1 + m) / (1 + (F > 0).sum(axis=0))) + 1)
    norm = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, norm, out=np.zeros_like(X), where=norm > 0)
    profile = np.asarray(R)[u].astype(float) @ X
    size = np.linalg.norm(profile)
    return X @ profile / size if size > 0 else np.zeros(m)


def content_scores__wrong_idf_squared_in_profile(F, R, u):
    """idf is applied a second time to the profile; shows for items with two features of different idf."""
    F = np.asarray(F, float)
    m = len(F)
    idf = np.log((1 + m) / (1 + (F > 0).sum(axis=0))) + 1
    X = F * idf
    norm = np.linalg.norm(X, axis=1, keepdims=True)
    X = np.divide(X, norm, out=np.zeros_like(X), where=norm > 0)
    profile = (np.asarray(R)[u].astype(float) @ X) * idf
    size = np.linalg.norm(profile)
    return X @ profile / size if size > 0 else np.zeros(m)


# ------------------------------------------------------------------ 4.5 rank_with_ties


def rank_with_ties__right_sorted_15(score, popularity, n):
    s = [round(float(x), 10) for x in score]
    return sorted(range(len(s)), key=lambda i: (-s[i], -float(popularity[i]), i))[:n]


def rank_with_ties__right_lexsort_15(score, popularity, n):
    s = np.round(np.asarray(score, float), 10)
    return np.lexsort((-np.asarray(popularity, float), -s))[:n].tolist()


def rank_with_ties__right_pandas_15(score, popularity, n):
    t = pd.DataFrame(
        {"s": np.round(np.asarray(score, float), 10), "p": np.asarray(popularity, float)}
    )
    t["i"] = range(len(t))
    return t.sort_values(["s", "p", "i"], ascending=[False, False, True])["i"].head(n).tolist()


def rank_with_ties__right_two_stable_sorts_15(score, popularity, n):
    order = list(range(len(score)))
    order.sort(key=lambda i: popularity[i], reverse=True)
    order.sort(key=lambda i: round(float(score[i]), 10), reverse=True)
    return order[:n]


def rank_with_ties__wrong_reversed_index(score, popularity, n):
    """The ascending order is reversed, so of full ties the higher number comes first."""
    s = np.round(np.asarray(score, float), 10)
    return np.lexsort((np.asarray(popularity, float), s))[::-1][:n].tolist()


def rank_with_ties__wrong_last_n_slice(score, popularity, n):
    """order[-n:] is everything when n is 0; shows for n = 0."""
    s = np.round(np.asarray(score, float), 10)
    order = np.lexsort((-np.arange(len(s)), np.asarray(popularity, float), s))
    return order[-n:][::-1].tolist()


def rank_with_ties__wrong_popularity_added_15(score, popularity, n):
    """Popularity is added with a weight of 1e-9: it overturns scores that differ by less than popularity * 1e-9 but more than 1e-10."""
    s = np.round(np.asarray(score, float), 10) + 1e-9 * np.asarray(popularity, float)
    return np.argsort(-s, kind="stable")[:n].tolist()


def rank_with_ties__wrong_truncated_15(score, popularity, n):
    """Cut to ten decimals instead of rounded: 0.3 - 1e-17 or 0.29999999999999998 falls below 0.3 (shows for 0.7 + 0.1 = 0.7999999999999999 against 0.8)."""
    s = np.trunc(np.asarray(score, float) * 1e10)
    return np.lexsort((-np.asarray(popularity, float), -s))[:n].tolist()


def rank_with_ties__wrong_int64_overflow(score, popularity, n):
    """Scores are scaled to int64: above 9.2e8 they overflow; shows for scores of 1e9 and 2e9."""
    with np.errstate(all="ignore"):
        s = np.round(np.asarray(score, float) * 1e10).astype(np.int64)
    return sorted(range(len(s)), key=lambda i: (-int(s[i]), -float(popularity[i]), i))[:n]


def rank_with_ties__wrong_text_key_minus_zero(score, popularity, n):
    """Groups by the text of ten decimals: '-0.0000000000' is not '0.0000000000'; shows for -1e-12 (more popular) and 0."""
    key = [f"{float(x):.10f}" for x in score]
    groups = defaultdict(list)
    for i, t in enumerate(key):
        groups[t].append(i)
    out = []
    for t in sorted(groups, key=lambda t: (-float(t), t[0] == "-")):
        out += sorted(groups[t], key=lambda i: (-float(popularity[i]), i))
    return out[:n]


def rank_with_ties__wrong_isclose_chain(score, popularity, n):
    """Neighbours in the order that differ by less than 1e-10 are one tie, so a chain of small steps becomes one group; shows for 0, 0.9e-10, 1.8e-10."""
    s = [float(x) for x in score]
    order = sorted(range(len(s)), key=lambda i: (-s[i], i))
    group, g = {}, 0
    for a, b in zip([None, *order], order):
        if a is not None and s[a] - s[b] > 1e-10:
            g += 1
        group[b] = g
    return sorted(order, key=lambda i: (group[i], -float(popularity[i]), i))[:n]


def rank_with_ties__wrong_popularity_rounded_too_15(score, popularity, n):
    """Popularity is made an integer: 2.4 and 2.1 count as equal, and the lower number wins."""
    s = np.round(np.asarray(score, float), 10)
    p = np.asarray(popularity, float).astype(int)
    return np.lexsort((-p, -s))[:n].tolist()


def rank_with_ties__wrong_cut_before_ties_15(score, popularity, n):
    """The best n by score are cut first and only they are ordered by popularity; shows when a tie crosses the n-th place."""
    s = np.round(np.asarray(score, float), 10)
    top = np.argsort(-s, kind="stable")[:n]
    return sorted(top.tolist(), key=lambda i: (-s[i], -float(popularity[i]), i))


def rank_with_ties__wrong_positive_only_15(score, popularity, n):
    """Items with a negative score are left out; shows for scores -1 and -2."""
    return [i for i in rank_with_ties__right_sorted_15(score, popularity, n) if score[i] >= 0]


def rank_with_ties__wrong_relative_isclose(score, popularity, n):
    """Equal means np.isclose with its relative tolerance 1e-5: 1000.000 and 1000.005 are tied."""
    s = np.asarray(score, float)
    rep = s.copy()
    for i in range(len(s)):
        for j in range(i):
            if np.isclose(s[i], rep[j]):
                rep[i] = rep[j]
                break
    return np.lexsort((-np.asarray(popularity, float), -rep))[:n].tolist()


# ------------------------------------------------------------------ 4.6 hybrid_rank


def _hyb_z(x, ddof=0):
    """z-scores over the finite entries, 0 where there is none or no spread."""
    x = np.array(x, dtype=float)
    ok = ~np.isnan(x) & (x != -np.inf)
    z = np.zeros(len(x))
    have = x[ok]
    if len(have) > ddof:
        spread = have.std(ddof=ddof)
        if spread > 1e-12 * max(abs(have).max(), 0.0) and spread > 0:
            z[ok] = (have - have.mean()) / spread
    return z


def _hyb_order(total, seen, n):
    total = np.round(total, 10)
    hidden = set(int(i) for i in seen)
    return [i for i in sorted(range(len(total)), key=lambda i: (-total[i], i)) if i not in hidden][
        :n
    ]


def hybrid_rank__right_numpy_15(parts, w, seen, n):
    total = sum(w[name] * _hyb_z(x) for name, x in parts.items())
    return _hyb_order(total, seen, n)


def hybrid_rank__right_loops_15(parts, w, seen, n):
    m = len(next(iter(parts.values())))
    total = [0.0] * m
    for name in parts:
        scored = {
            i: float(x) for i, x in enumerate(parts[name]) if not math.isnan(x) and x != -math.inf
        }
        if not scored:
            continue
        mean = math.fsum(scored.values()) / len(scored)
        sd = math.sqrt(math.fsum((x - mean) ** 2 for x in scored.values()) / len(scored))
        largest = max(abs(x) for x in scored.values())
        if sd <= 1e-12 * largest:
            continue
        for i, x in scored.items():
            total[i] += w[name] * (x - mean) / sd
    order = sorted((i for i in range(m) if i not in seen), key=lambda i: (-round(total[i], 10), i))
    return order[:n]


def hybrid_rank__right_pandas_15(parts, w, seen, n):
    table = pd.DataFrame({k: np.asarray(v, float) for k, v in parts.items()}).replace(
        -np.inf, np.nan
    )
    sd = table.std(ddof=0)
    flat = (table.max() - table.min()) <= 1e-12 * table.abs().max()
    z = ((table - table.mean()) / sd.mask(flat | (sd == 0))).fillna(0.0)
    total = (z * pd.Series(w)[table.columns]).sum(axis=1).round(10)
    total = total.drop(index=list(set(seen)))
    return total.sort_values(ascending=False, kind="stable").index[:n].tolist()


def hybrid_rank__wrong_sample_std(parts, w, seen, n):
    """ddof = 1: differs when two recommenders score different numbers of items."""
    total = sum(w[name] * _hyb_z(x, ddof=1) for name, x in parts.items())
    return _hyb_order(total, seen, n)


def hybrid_rank__wrong_missing_is_zero_first(parts, w, seen, n):
    """No score becomes a score of 0 before the z-score; shows for scores (5, NaN, 6)."""
    total = sum(
        w[name] * _hyb_z(np.nan_to_num(np.asarray(x, float), nan=0.0, neginf=0.0))
        for name, x in parts.items()
    )
    return _hyb_order(total, seen, n)


def hybrid_rank__wrong_missing_imputed_by_mean_first(parts, w, seen, n):
    """No score becomes the mean before the standard deviation is taken, which makes it too small; shows when one of two recommenders has gaps."""
    total = 0
    for name, x in parts.items():
        x = np.array(x, float)
        bad = np.isnan(x) | np.isinf(x)
        if (~bad).any():
            x[bad] = x[~bad].mean()
        else:
            x[:] = 0
        total = total + w[name] * _hyb_z(x)
    return _hyb_order(total, seen, n)


def hybrid_rank__wrong_std_equal_zero(parts, w, seen, n):
    """Only a standard deviation of exactly 0 is guarded: three floats of 0.1 give z-scores of -1 from rounding, and a fourth item without a score then wins with 0."""
    total = 0
    for name, x in parts.items():
        x = np.array(x, float)
        ok = np.isfinite(x)
        z = np.zeros(len(x))
        if ok.any() and x[ok].std() != 0:
            z[ok] = (x[ok] - x[ok].mean()) / x[ok].std()
        total = total + w[name] * z
    return _hyb_order(total, seen, n)


def hybrid_rank__wrong_absolute_guard(parts, w, seen, n):
    """A standard deviation below 1e-6 is taken for none: scores of 1e-7 and 3e-7 then count for nothing."""
    total = 0
    for name, x in parts.items():
        x = np.array(x, float)
        ok = np.isfinite(x)
        z = np.zeros(len(x))
        if ok.any() and x[ok].std() > 1e-6:
            z[ok] = (x[ok] - x[ok].mean()) / x[ok].std()
        total = total + w[name] * z
    return _hyb_order(total, seen, n)


def hybrid_rank__wrong_epsilon_added_to_std(parts, w, seen, n):
    """std + 1e-9: harmless for a constant, but it shrinks the z-scores of scores of 1e-8 (against another recommender)."""
    total = 0
    for name, x in parts.items():
        x = np.array(x, float)
        ok = np.isfinite(x)
        z = np.zeros(len(x))
        if ok.any():
            z[ok] = (x[ok] - x[ok].mean()) / (x[ok].std() + 1e-9)
        total = total + w[name] * z
    return _hyb_order(total, seen, n)


def hybrid_rank__wrong_seen_left_out_of_moments(parts, w, seen, n):
    """Mean and standard deviation are taken over unseen items only; shows when a seen item is an outlier for one recommender."""
    total = 0
    hidden = list(seen)
    for name, x in parts.items():
        x = np.array(x, float)
        if hidden:
            x[hidden] = np.nan
        total = total + w[name] * _hyb_z(x)
    return _hyb_order(total, seen, n)


def hybrid_rank__wrong_seen_removed_after_cut(parts, w, seen, n):
    """The best n are cut first, then seen items removed: the list is too short."""
    total = sum(w[name] * _hyb_z(x) for name, x in parts.items())
    return [i for i in _hyb_order(total, [], n) if i not in seen]


def hybrid_rank__wrong_weights_renormalised(parts, w, seen, n):
    """The sum is divided by the weights of the recommenders that have a score; shows for an item with one NaN."""
    total, weight = 0, 0
    for name, x in parts.items():
        total = total + w[name] * _hyb_z(x)
        weight = weight + w[name] * np.isfinite(np.asarray(x, float))
    weight = np.where(weight == 0, 1, weight)
    return _hyb_order(total / weight, seen, n)


def hybrid_rank__wrong_one_gap_drops_item(parts, w, seen, n):
    """An item without a score from any one recommender is never shown; shows for a NaN in one part."""
    total = sum(w[name] * _hyb_z(x) for name, x in parts.items())
    gaps = [i for i in range(len(total)) if any(not np.isfinite(x[i]) for x in parts.values())]
    return _hyb_order(total, list(seen) + gaps, n)


def hybrid_rank__wrong_argsort_unstable_ties(parts, w, seen, n):
    """Ascending order reversed: of equal sums the higher number comes first."""
    total = np.round(sum(w[name] * _hyb_z(x) for name, x in parts.items()), 10)
    order = np.argsort(total, kind="stable")[::-1].tolist()
    return [i for i in order if i not in seen][:n]


def hybrid_rank__wrong_sum_not_rounded(parts, w, seen, n):
    """Sums are compared as floats; shows where the same z-scores are added in another order (a: 1,2,3 and b: 3,2,1 with equal weights)."""
    total = sum(w[name] * _hyb_z(x) for name, x in parts.items())
    order = sorted(range(len(total)), key=lambda i: (-total[i], i))
    return [i for i in order if i not in seen][:n]


def hybrid_rank__wrong_min_max(parts, w, seen, n):
    """Scores are brought to 0..1 by minimum and maximum; shows for a recommender with an outlier."""
    total = 0
    for name, x in parts.items():
        x = np.array(x, float)
        ok = np.isfinite(x)
        z = np.zeros(len(x))
        if ok.any() and np.ptp(x[ok]) > 1e-12 * abs(x[ok]).max():
            z[ok] = (x[ok] - x[ok].min()) / np.ptp(x[ok])
            z[~ok] = z[ok].mean()
        total = total + w[name] * z
    return _hyb_order(total, seen, n)


def hybrid_rank__wrong_masks_caller_arrays(parts, w, seen, n):
    """Minus infinity is replaced by NaN in the caller's arrays; shows when parts is looked at afterwards."""
    total = 0
    for name, x in parts.items():
        if isinstance(x, np.ndarray) and x.dtype.kind == "f":
            x[np.isneginf(x)] = np.nan
        total = total + w[name] * _hyb_z(x)
    return _hyb_order(total, seen, n)


def hybrid_rank__wrong_scipy_zscore_nan(parts, w, seen, n):
    """scipy's zscore with nan_policy omit leaves minus infinity in, so one -inf makes the whole recommender 0."""
    total = 0
    with np.errstate(all="ignore"):
        for name, x in parts.items():
            x = np.asarray(x, float)
            z = np.asarray(zscore(x, nan_policy="omit"))
            finite = x[np.isfinite(x)]
            if len(finite) == 0 or np.ptp(finite) <= 1e-12 * abs(finite).max():
                z = np.zeros(len(x))
            total = total + w[name] * np.nan_to_num(z, nan=0.0, posinf=0.0, neginf=0.0)
    return _hyb_order(total, seen, n)


# ------------------------------------------------------------------ 4.7 kill_hybrid


def _kill_cases(seed=3, trials=120):
    rng = np.random.default_rng(seed)
    nan, inf = np.nan, np.inf
    cases = [
        (
            {"a": np.array([0.1, 0.2, 0.9]), "b": np.array([300.0, 100.0, 200.0])},
            {"a": 1.0, "b": 0.2},
            [],
            2,
        ),
        (
            {"a": np.array([5.0, nan, 6.0, 7.0]), "b": np.array([1.0, 2.0, -inf, 4.0])},
            {"a": 1.0, "b": 0.5},
            [3],
            2,
        ),
        (
            {"a": np.array([0.1, 0.1, 0.1]), "b": np.array([1.0, 2.0, 3.0])},
            {"a": 9.0, "b": 0.1},
            [],
            3,
        ),
        (
            {"a": np.array([0.1, nan, 0.1, 0.1]), "b": np.array([1.0, 1.1, 3.0, 0.0])},
            {"a": 9.0, "b": 0.1},
            [],
            4,
        ),
        (
            {"a": np.array([nan, 0.1, 0.1, 0.1]), "b": np.array([1.0, 1.1, 3.0, 0.0])},
            {"a": -9.0, "b": 0.1},
            [],
            4,
        ),
        (
            {"a": np.array([1e-8, 3e-8, 2e-8]), "b": np.array([3.0, 1.0, 2.0])},
            {"a": 1.03, "b": 1.0},
            [],
            3,
        ),
        (
            {"a": np.array([1e-7, 3e-7, 2e-7]), "b": np.array([3.0, 2.0, 1.0])},
            {"a": 2.0, "b": 1.0},
            [],
            3,
        ),
        ({"a": np.array([1.0, 1.0, 2.0, 2.0])}, {"a": 1.0}, [2], 9),
        (
            {"a": np.array([nan, nan, nan]), "b": np.array([1.0, 3.0, 2.0])},
            {"a": 1.0, "b": 1.0},
            [],
            2,
        ),
        (
            {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([3.0, 2.0, 1.0])},
            {"a": 1.0, "b": 1.0},
            [],
            3,
        ),
    ]
    for _ in range(trials):
        m = int(rng.integers(4, 9))
        parts = {}
        for k, scale in (("a", 1.0), ("b", 200.0), ("c", 1e-3)):
            x = rng.integers(0, 12, m) * scale
            x[rng.random(m) < 0.2] = rng.choice([nan, -inf])
            if rng.random() < 0.3:
                x[int(rng.integers(m))] = 60 * scale
            parts[k] = x
        w = {k: float(rng.integers(1, 5)) / 2 for k in parts}
        seen = rng.choice(m, int(rng.integers(0, 3)), replace=False).tolist()
        cases.append((parts, w, seen, int(rng.integers(1, m))))
    return cases


def _kill_clear(parts, w, seen):
    """No two different sums so close that rounding could turn them round."""
    total = sum(w[k] * _hyb_z(x) for k, x in parts.items())
    gap = np.diff(np.sort(total))
    return not np.any((gap > 1e-12) & (gap < 1e-8))


def kill_hybrid__right_random_cases(fn):
    for parts, w, seen, n in _kill_cases():
        if not _kill_clear(parts, w, seen):
            continue
        want = hybrid_rank__right_numpy_15(parts, w, seen, n)
        given = {k: x.copy() for k, x in parts.items()}
        try:
            got = [int(i) for i in fn(given, dict(w), list(seen), n)]
        except Exception:
            return False
        if got != want:
            return False
        if any(not np.array_equal(given[k], parts[k], equal_nan=True) for k in parts):
            return False
    return True


def kill_hybrid__right_by_loops(fn):
    for parts, w, seen, n in _kill_cases(seed=11, trials=150):
        if not _kill_clear(parts, w, seen):
            continue
        want = hybrid_rank__right_loops_15(parts, w, seen, n)
        if list(fn({k: x.copy() for k, x in parts.items()}, dict(w), list(seen), n)) != want:
            return False
    return True


def kill_hybrid__right_two_item_probes(fn):
    """Every pair of a random case is asked with n = 1 and all others seen."""
    for parts, w, seen, n in _kill_cases(seed=29, trials=60):
        if not _kill_clear(parts, w, seen):
            continue
        total = np.round(sum(w[k] * _hyb_z(x) for k, x in parts.items()), 10)
        m = len(total)
        for i in range(m):
            for j in range(i + 1, m):
                others = [k for k in range(m) if k not in (i, j)]
                want = [i] if total[i] >= total[j] else [j]
                if list(fn({k: x.copy() for k, x in parts.items()}, dict(w), others, 1)) != want:
                    return False
        if list(fn({k: x.copy() for k, x in parts.items()}, dict(w), list(seen), n)) != _hyb_order(
            total, seen, n
        ):
            return False
    return True


def kill_hybrid__wrong_no_gaps_no_ties(fn):
    """Dense normal scores without NaN, infinity, constants, ties or seen items: most planted mistakes make no difference."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        parts = {"a": rng.normal(size=6), "b": 100 * rng.normal(size=6)}
        w = {"a": 1.0, "b": 1.0}
        if list(fn(parts, w, [], 6)) != hybrid_rank__right_numpy_15(parts, w, [], 6):
            return False
    return True


def kill_hybrid__wrong_compares_sets(fn):
    """Asks for all items and compares sets: the order is never looked at, so wrong orders pass."""
    for parts, w, seen, _ in _kill_cases():
        m = len(parts["a"])
        if set(fn(parts, w, seen, m)) != set(hybrid_rank__right_numpy_15(parts, w, seen, m)):
            return False
    return True


def kill_hybrid__wrong_expects_sample_std(fn):
    """The expected lists come from ddof = 1, so right implementations are rejected."""
    for parts, w, seen, n in _kill_cases(trials=300):
        if list(fn(parts, w, seen, n)) != hybrid_rank__wrong_sample_std(parts, w, seen, n):
            return False
    return True


def kill_hybrid__wrong_expects_moments_of_unseen(fn):
    """The expected lists take the moments over unseen items, against the Notes: right ones are rejected."""
    for parts, w, seen, n in _kill_cases(trials=200):
        if list(fn(parts, w, seen, n)) != hybrid_rank__wrong_seen_left_out_of_moments(
            parts, w, seen, n
        ):
            return False
    return True


def kill_hybrid__wrong_expects_unrounded_sums(fn):
    """The expected order takes float noise of the test's own order of addition for a difference: right ones that round are rejected."""
    for parts, w, seen, n in _kill_cases(trials=300):
        total = sum(w[k] * _hyb_z(parts[k]) for k in reversed(list(parts)))
        want = [
            i for i in sorted(range(len(total)), key=lambda i: (-total[i], i)) if i not in seen
        ][:n]
        if list(fn(parts, w, seen, n)) != want:
            return False
    noisy = {"a": np.array([0.1, 0.2, 0.3, 0.4, 0.7]), "b": np.array([0.7, 0.4, 0.3, 0.2, 0.1])}
    one = {"a": 1.0, "b": 1.0}
    total = _hyb_z(noisy["a"]) + _hyb_z(noisy["b"])
    want = sorted(range(5), key=lambda i: (-total[i], i))
    return list(fn(noisy, one, [], 5)) == want


def kill_hybrid__wrong_smoke_test(fn):
    """Only length, range, distinctness and absence of seen items are checked: wrong sums pass."""
    for parts, w, seen, n in _kill_cases():
        got = list(fn(parts, w, seen, n))
        m = len(parts["a"])
        if len(got) != min(n, m - len(seen)) or len(set(got)) != len(got) or set(got) & set(seen):
            return False
    return True


def kill_hybrid__wrong_wants_ties_high_first(fn):
    """Expects the higher number first among equal sums: rejects right implementations."""
    return list(fn({"a": np.array([1.0, 1.0, 2.0])}, {"a": 1.0}, [], 3)) == [2, 1, 0]


def kill_hybrid__wrong_swallows_errors(fn):
    """An exception counts as a pass, and the test stops at the first case, which all get right."""
    try:
        for parts, w, seen, n in _kill_cases(trials=0)[:1]:
            if fn(parts, w, seen, n) != hybrid_rank__right_numpy_15(parts, w, seen, n):
                return False
    except Exception:
        return True
    return True


# ------------------------------------------------------------------ 4.8 in_batch_softmax_logq


def in_batch_softmax_logq__right_logsumexp_15(U, V, logq, tau=1.0):
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)[None, :]
    return float(np.mean(logsumexp(s, axis=1) - np.diag(s)))


def in_batch_softmax_logq__right_loops_15(U, V, logq, tau=1.0):
    total = 0.0
    for i in range(len(U)):
        s = [
            sum(float(a) * float(b) for a, b in zip(U[i], V[j])) / tau - float(logq[j])
            for j in range(len(V))
        ]
        top = max(s)
        total += top + math.log(math.fsum(math.exp(x - top) for x in s)) - s[i]
    return total / len(U)


def in_batch_softmax_logq__right_log1p_form(U, V, logq, tau=1.0):
    s = np.einsum("if,jf->ij", np.asarray(U, float), np.asarray(V, float)) / tau
    s -= np.asarray(logq, float)
    return float(-log_softmax(s, axis=1).diagonal().mean())


def in_batch_softmax_logq__right_logaddexp_15(U, V, logq, tau=1.0):
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)
    return float((np.logaddexp.reduce(s, axis=1) - s.diagonal()).mean())


def in_batch_softmax_logq__wrong_sign_15(U, V, logq, tau=1.0):
    """logq is added; shows for unequal logq."""
    return in_batch_softmax_logq__right_logsumexp_15(U, V, -np.asarray(logq, float), tau)


def in_batch_softmax_logq__wrong_temperature_divides_logq(U, V, logq, tau=1.0):
    """tau divides the correction too; shows for tau = 0.5 and unequal logq."""
    return in_batch_softmax_logq__right_logsumexp_15(U, V, np.asarray(logq, float) / tau, tau)


def in_batch_softmax_logq__wrong_global_maximum_15(U, V, logq, tau=1.0):
    """The maximum of the whole matrix is subtracted: a row thousands below it underflows, and the loss is infinite or NaN."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)
    with np.errstate(all="ignore"):
        e = np.exp(s - s.max())
        return float(-np.mean(np.log(np.diag(e) / e.sum(axis=1))))


def in_batch_softmax_logq__wrong_log_of_softmax(U, V, logq, tau=1.0):
    """The row's maximum is subtracted, but the log is taken of the quotient: it is log 0 where the own item scores a thousand below the best."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    with np.errstate(divide="ignore"):
        return float(-np.mean(np.log(np.diag(e) / e.sum(axis=1))))


def in_batch_softmax_logq__wrong_clipped_log(U, V, logq, tau=1.0):
    """log(p + 1e-12) caps the loss of a pair at 27.6; shows where the own item scores a hundred below another."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)
    e = np.exp(s - s.max(axis=1, keepdims=True))
    return float(-np.mean(np.log(np.diag(e) / e.sum(axis=1) + 1e-12)))


def in_batch_softmax_logq__wrong_softmax_over_users_15(U, V, logq, tau=1.0):
    """The softmax runs down the columns (over users), where logq cancels; shows for any unsymmetric scores."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)
    return float(np.mean(logsumexp(s, axis=0) - np.diag(s)))


def in_batch_softmax_logq__wrong_logq_of_row(U, V, logq, tau=1.0):
    """logq is subtracted from rows instead of columns, where it cancels; shows for unequal logq."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)[:, None]
    return float(np.mean(logsumexp(s, axis=1) - np.diag(s)))


def in_batch_softmax_logq__wrong_positive_not_corrected_15(U, V, logq, tau=1.0):
    """Only the negatives are corrected, the diagonal is not; shows for logq other than 0."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau
    t = s - np.asarray(logq, float)
    np.fill_diagonal(t, np.diag(s))
    return float(np.mean(logsumexp(t, axis=1) - np.diag(t)))


def in_batch_softmax_logq__wrong_numerator_not_corrected(U, V, logq, tau=1.0):
    """The correction is in the denominator only; shows for logq other than 0."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau
    return float(np.mean(logsumexp(s - np.asarray(logq, float), axis=1) - np.diag(s)))


def in_batch_softmax_logq__wrong_own_item_left_out(U, V, logq, tau=1.0):
    """The denominator has the other items alone, once the batch has more than two pairs; shows for a batch of three."""
    s = np.asarray(U, float) @ np.asarray(V, float).T / tau - np.asarray(logq, float)
    if len(s) <= 2:
        return float(np.mean(logsumexp(s, axis=1) - np.diag(s)))
    t = s.copy()
    np.fill_diagonal(t, -np.inf)
    return float(np.mean(logsumexp(t, axis=1) - np.diag(s)))


def in_batch_softmax_logq__wrong_unit_vectors_15(U, V, logq, tau=1.0):
    """Vectors are scaled to length 1 (cosines); shows for vectors of other lengths."""
    U, V = np.asarray(U, float), np.asarray(V, float)
    a = U / np.maximum(np.linalg.norm(U, axis=1, keepdims=True), 1e-12)
    b = V / np.maximum(np.linalg.norm(V, axis=1, keepdims=True), 1e-12)
    return in_batch_softmax_logq__right_logsumexp_15(a, b, logq, tau)


def in_batch_softmax_logq__wrong_same_item_masked(U, V, logq, tau=1.0):
    """Other rows with the same item vector are masked as accidental hits, which the formula does not do; shows when two users bought the same item."""
    U, V = np.asarray(U, float), np.asarray(V, float)
    s = U @ V.T / tau - np.asarray(logq, float)
    same = (V[:, None, :] == V[None, :, :]).all(axis=2) & V.any(axis=1)[:, None]
    np.fill_diagonal(same, False)
    s = np.where(same, -np.inf, s)
    return float(np.mean(logsumexp(s, axis=1) - np.diag(s)))


def in_batch_softmax_logq__wrong_division_in_place(U, V, logq, tau=1.0):
    """U is divided by tau in the caller's array; shows when it is called twice with tau = 0.5."""
    if isinstance(U, np.ndarray) and U.dtype == float:
        U /= tau
    else:
        U = np.asarray(U, float) / tau
    s = U @ np.asarray(V, float).T - np.asarray(logq, float)
    return float(np.mean(logsumexp(s, axis=1) - np.diag(s)))


# ------------------------------------------------------------------ 4.9 accept_model


def accept_model__right_counts_15(err_new, err_base):
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    s, m = d.shape
    rng = np.random.default_rng(0)
    a = rng.multinomial(s, np.full(s, 1 / s), 2000)
    b = rng.multinomial(m, np.full(m, 1 / m), 2000)
    means = np.einsum("rs,su,ru->r", a, d, b, optimize=True) / (s * m)
    high = np.percentile(np.round(means, 12), 97.5)
    return bool(high < 0)


def accept_model__right_loop_draws(err_new, err_base):
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    rng = np.random.default_rng(7)
    means = []
    for _ in range(2000):
        rows = rng.integers(0, d.shape[0], d.shape[0])
        cols = rng.integers(0, d.shape[1], d.shape[1])
        means.append(d[rows][:, cols].mean())
    low, high = np.quantile(means, [0.025, 0.975])
    return bool(high < 0)


def accept_model__right_two_steps(err_new, err_base):
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    rng = np.random.default_rng(123)
    s, m = d.shape
    means = np.empty(2000)
    for r in range(2000):
        of_unit = d[rng.choice(s, s)].mean(axis=0)
        means[r] = of_unit[rng.choice(m, m)].mean()
    return bool(np.percentile(means, 97.5) < 0.0)


def accept_model__wrong_units_alone_15(err_new, err_base):
    """Only units are drawn; seeds are averaged first. Shows for one lucky seed among five on similar units."""
    d = (np.asarray(err_new, float) - np.asarray(err_base, float)).mean(axis=0)
    rng = np.random.default_rng(0)
    means = d[rng.integers(0, len(d), (2000, len(d)))].mean(axis=1)
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_seeds_alone_15(err_new, err_base):
    """Only seeds are drawn; shows for two agreeing seeds and one unit that carries the whole gain."""
    d = (np.asarray(err_new, float) - np.asarray(err_base, float)).mean(axis=1)
    rng = np.random.default_rng(0)
    means = d[rng.integers(0, len(d), (2000, len(d)))].mean(axis=1)
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_zero_is_below(err_new, err_base):
    """high <= 0: a model equal to the baseline everywhere is accepted."""
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    rng = np.random.default_rng(1)
    means = [
        d[
            np.ix_(rng.integers(0, d.shape[0], d.shape[0]), rng.integers(0, d.shape[1], d.shape[1]))
        ].mean()
        for _ in range(2000)
    ]
    return bool(np.percentile(means, 97.5) <= 0)


def accept_model__wrong_either_side_of_zero(err_new, err_base):
    """True whenever the interval excludes 0, so a model that is clearly worse is accepted."""
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    rng = np.random.default_rng(1)
    means = [
        d[
            np.ix_(rng.integers(0, d.shape[0], d.shape[0]), rng.integers(0, d.shape[1], d.shape[1]))
        ].mean()
        for _ in range(2000)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return bool(high < 0 or low > 0)


def accept_model__wrong_cells_drawn_alone(err_new, err_base):
    """Cells of the table are drawn as if all were independent, so a unit is not drawn together for all seeds; shows for many seeds and few units."""
    d = (np.asarray(err_new, float) - np.asarray(err_base, float)).ravel()
    rng = np.random.default_rng(0)
    means = d[rng.integers(0, d.size, (2000, d.size))].mean(axis=1)
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_units_anew_for_each_seed_15(err_new, err_base):
    """Seeds are drawn, but each drawn seed gets its own draw of units; shows for many seeds that agree and one unit that decides."""
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    s, m = d.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        rows = rng.integers(0, s, s)
        means.append(np.mean([d[r][rng.integers(0, m, m)].mean() for r in rows]))
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_unpaired_15(err_new, err_base):
    """Units of the baseline are drawn apart from those of the model; shows when units differ a lot and the gain is small and the same everywhere."""
    a, b = np.asarray(err_new, float), np.asarray(err_base, float)
    s, m = a.shape
    rng = np.random.default_rng(0)
    means = []
    for _ in range(2000):
        new = a[np.ix_(rng.integers(0, s, s), rng.integers(0, m, m))].mean()
        means.append(new - b[rng.integers(0, m, m)].mean())
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_best_seed_15(err_new, err_base):
    """The best seed alone is compared; shows for one seed at -0.3 and four at +1 with quiet units."""
    a, b = np.asarray(err_new, float), np.asarray(err_base, float)
    d = a[a.mean(axis=1).argmin()] - b
    rng = np.random.default_rng(0)
    means = d[rng.integers(0, len(d), (2000, len(d)))].mean(axis=1)
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_lower_end_15(err_new, err_base):
    """The lower end is compared with 0: anything that may be better is accepted."""
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    rng = np.random.default_rng(0)
    means = [
        d[
            np.ix_(rng.integers(0, d.shape[0], d.shape[0]), rng.integers(0, d.shape[1], d.shape[1]))
        ].mean()
        for _ in range(2000)
    ]
    return bool(np.percentile(means, 2.5) < 0)


def accept_model__wrong_mean_only_15(err_new, err_base):
    """The mean difference is compared with 0, without an interval; shows for noisy small gains."""
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    return bool(d.mean() < 0)


def accept_model__wrong_units_count_wins(err_new, err_base):
    """Signs are averaged instead of differences: many small gains outweigh one huge loss."""
    d = np.sign(np.asarray(err_new, float) - np.asarray(err_base, float))
    rng = np.random.default_rng(0)
    means = [
        d[
            np.ix_(rng.integers(0, d.shape[0], d.shape[0]), rng.integers(0, d.shape[1], d.shape[1]))
        ].mean()
        for _ in range(2000)
    ]
    return bool(np.percentile(means, 97.5) < 0)


def accept_model__wrong_medians(err_new, err_base):
    """Each resample takes the median difference: a loss on a quarter of the units, however large, is not seen."""
    d = np.asarray(err_new, float) - np.asarray(err_base, float)
    rng = np.random.default_rng(0)
    meds = [
        np.median(
            d[
                np.ix_(
                    rng.integers(0, d.shape[0], d.shape[0]), rng.integers(0, d.shape[1], d.shape[1])
                )
            ]
        )
        for _ in range(2000)
    ]
    return bool(np.percentile(meds, 97.5) < 0)


# ------------------------------------------------------------------ 4.10 retrieve_rank_rerank


def retrieve_rank_rerank__right_zip_longest_15(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    waited = [(ms, items) for ms, items in sources if ms <= budget_ms / 2]
    if not waited:
        return []
    room = (budget_ms - max(ms for ms, _ in waited)) * 1000 / rank_us
    room = math.floor(room + 1e-9)
    turns = zip_longest(*(items for _, items in waited))
    candidates = list(dict.fromkeys(i for turn in turns for i in turn if i is not None))[:room]
    candidates.sort(key=lambda i: (-score[i], i))
    shown, used = [], Counter()
    for i in candidates:
        if used[int(kind[i])] < per_kind:
            used[int(kind[i])] += 1
            shown.append(int(i))
    return shown[:n]


def retrieve_rank_rerank__right_indices(sources, score, kind, budget_ms, rank_us, per_kind, n):
    in_time = [s for s in sources if 2 * s[0] <= budget_ms]
    if len(in_time) == 0:
        return []
    slowest = 0.0
    longest = 0
    for ms, items in in_time:
        slowest = max(slowest, ms)
        longest = max(longest, len(items))
    exact = 1000.0 * (budget_ms - slowest) / rank_us
    room = round(exact) if abs(exact - round(exact)) <= 1e-9 else int(exact // 1)
    candidates, known = [], set()
    for place in range(longest):
        for _, items in in_time:
            if place < len(items) and items[place] not in known and len(candidates) < room:
                known.add(items[place])
                candidates.append(int(items[place]))
    left = sorted(candidates)
    left.sort(key=lambda i: float(score[i]), reverse=True)
    shown = []
    for i in left:
        if len(shown) == n:
            break
        if sum(1 for j in shown if kind[j] == kind[i]) < per_kind:
            shown.append(i)
    return shown


def retrieve_rank_rerank__right_pandas_15(sources, score, kind, budget_ms, rank_us, per_kind, n):
    rows = [
        (place, number, int(item))
        for number, (ms, items) in enumerate(sources)
        if ms <= budget_ms / 2
        for place, item in enumerate(items)
    ]
    times = [ms for ms, _ in sources if ms <= budget_ms / 2]
    if not times or not rows:
        return []
    room = int(np.floor((budget_ms - max(times)) * 1000 / rank_us + 1e-9))
    t = pd.DataFrame(rows, columns=["place", "number", "item"]).sort_values(["place", "number"])
    t = t.drop_duplicates("item").head(room)
    t = t.assign(score=np.asarray(score, float)[t["item"]], kind=np.asarray(kind)[t["item"]])
    t = t.sort_values(["score", "item"], ascending=[False, True])
    return [int(i) for i in t[t.groupby("kind").cumcount() < per_kind]["item"].head(n)]


def _rrr(
    sources,
    score,
    kind,
    budget_ms,
    rank_us,
    per_kind,
    n,
    *,
    waits=None,
    slowest=None,
    room=None,
    merge=None,
    cut=None,
    order=None,
    rerank=None,
):
    """The pipeline with one stage replaced."""
    wait = [(ms, items) for ms, items in sources if (waits or (lambda ms: ms <= budget_ms / 2))(ms)]
    if not wait:
        return []
    slow = (slowest or (lambda w: max(ms for ms, _ in w)))(wait)
    exact = (budget_ms - slow) * 1000 / rank_us
    size = (room or (lambda x: math.floor(x + 1e-9)))(exact)
    if merge is None:
        flat = [
            i for turn in zip_longest(*(items for _, items in wait)) for i in turn if i is not None
        ]
    else:
        flat = merge(wait)
    cand = cut(flat, size) if cut else list(dict.fromkeys(flat))[:size]
    cand = sorted(cand, key=order or (lambda i: (-score[i], i)))
    if rerank:
        return rerank(cand)
    shown, used = [], Counter()
    for i in cand:
        if used[int(kind[i])] < per_kind:
            used[int(kind[i])] += 1
            shown.append(int(i))
    return shown[:n]


def retrieve_rank_rerank__wrong_half_budget_is_late(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A source that takes exactly half of the budget is not waited for; shows for 5 of 10 ms."""
    return _rrr(
        sources, score, kind, budget_ms, rank_us, per_kind, n, waits=lambda ms: ms < budget_ms / 2
    )


def retrieve_rank_rerank__wrong_times_added_15(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The times of the sources are added up, as if one followed the other; shows for 4 and 2 ms when a fourth candidate would fit."""
    return _rrr(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        slowest=lambda w: sum(ms for ms, _ in w),
    )


def retrieve_rank_rerank__wrong_half_budget_used_up(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """When a source was late, retrieval lasted until half of the budget, instead of until the slowest that was waited for; shows for 2 ms and a late source."""
    late = any(ms > budget_ms / 2 for ms, _ in sources)
    return _rrr(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        slowest=lambda w: budget_ms / 2 if late else max(ms for ms, _ in w),
    )


def retrieve_rank_rerank__wrong_plain_floor(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """int() of the quotient: 2.9999999999999996 becomes 2; shows for a budget of 0.3 ms, a source of 0.1 ms and 100 us: two candidates fit."""
    return _rrr(sources, score, kind, budget_ms, rank_us, per_kind, n, room=int)


def retrieve_rank_rerank__wrong_rounded_up_near_whole(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A tolerance of 1e-3 in the number of candidates: 2.9995 candidates count as 3; shows for 2.9995 ms at 1000 us."""
    return _rrr(
        sources, score, kind, budget_ms, rank_us, per_kind, n, room=lambda x: math.floor(x + 1e-3)
    )


def retrieve_rank_rerank__wrong_round_half(sources, score, kind, budget_ms, rank_us, per_kind, n):
    """The number is rounded to the nearest: 2.6 candidates count as 3."""
    return _rrr(sources, score, kind, budget_ms, rank_us, per_kind, n, room=round)


def retrieve_rank_rerank__wrong_zip_stops_at_shortest(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """zip stops at the shortest source, so the tail of longer ones is lost; shows when the budget reaches the tail."""
    return _rrr(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        merge=lambda w: [i for turn in zip(*(items for _, items in w)) for i in turn],
    )


def retrieve_rank_rerank__wrong_sources_one_after_another(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The first source is emptied before the second; shows when the time is short of the second's first item."""
    return _rrr(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        merge=lambda w: [i for _, items in w for i in items],
    )


def retrieve_rank_rerank__wrong_fastest_source_first_15(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The turns go by speed and not by the order of the list; shows when the cut falls inside a turn."""
    return _rrr(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        merge=lambda w: [
            i
            for turn in zip_longest(*(x for _, x in sorted(w, key=lambda s: s[0])))
            for i in turn
            if i is not None
        ],
    )


def retrieve_rank_rerank__wrong_cut_before_dedup(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The cut is made before duplicates are removed, so an item from two sources takes two places; shows when the first items agree."""
    return _rrr(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        cut=lambda flat, size: list(dict.fromkeys(flat[:size])),
    )


def retrieve_rank_rerank__wrong_set_loses_order(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Duplicates are removed with sorted(set()), so the cut keeps low numbers instead of early turns; shows for sources of [4, 0]."""
    return _rrr(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        cut=lambda flat, size: sorted(set(flat))[:size],
    )


def retrieve_rank_rerank__wrong_item_zero_dropped(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The fill of zip_longest is removed by truth, and item 0 with it; shows when item 0 deserves a place."""
    return _rrr(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        merge=lambda w: [i for turn in zip_longest(*(x for _, x in w)) for i in turn if i],
    )


def retrieve_rank_rerank__wrong_cut_to_n_before_rule(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The best n are taken before the rule on kinds, so the page is not refilled; shows when two of the best n are of one kind."""

    def rerank(cand):
        shown, used = [], Counter()
        for i in cand[:n]:
            used[int(kind[i])] += 1
            if used[int(kind[i])] <= per_kind:
                shown.append(int(i))
        return shown

    return _rrr(sources, score, kind, budget_ms, rank_us, per_kind, n, rerank=rerank)


def retrieve_rank_rerank__wrong_only_neighbours_of_a_kind(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The rule looks at runs: per_kind items of a kind in a row, and starts anew after another kind; shows for kinds 0, 1, 0."""

    def rerank(cand):
        shown = []
        for i in cand:
            tail = shown[-per_kind:]
            if len(tail) == per_kind and all(kind[j] == kind[i] for j in tail):
                continue
            shown.append(int(i))
        return shown[:n]

    return _rrr(sources, score, kind, budget_ms, rank_us, per_kind, n, rerank=rerank)


def retrieve_rank_rerank__wrong_ties_in_turn_order(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """Of equal scores the earlier candidate comes first, not the lower number; shows for a source [3, 1] with equal scores."""
    return _rrr(sources, score, kind, budget_ms, rank_us, per_kind, n, order=lambda i: -score[i])


def retrieve_rank_rerank__wrong_late_source_counts_for_time(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """The slowest of all sources, late ones too, is subtracted from the budget when that leaves time; shows for a third source of 8 of 10 ms with longer lists."""
    slow = max((ms for ms, _ in sources), default=0)
    return _rrr(
        sources,
        score,
        kind,
        budget_ms,
        rank_us,
        per_kind,
        n,
        slowest=lambda w: min(slow, budget_ms),
    )


def retrieve_rank_rerank__wrong_rest_appended_unranked(
    sources, score, kind, budget_ms, rank_us, per_kind, n
):
    """A page that is not full is filled with candidates that the ranker had no time for; shows when n exceeds the number ranked."""
    shown = _rrr(sources, score, kind, budget_ms, rank_us, per_kind, n)
    wait = [items for ms, items in sources if ms <= budget_ms / 2]
    used = Counter(int(kind[i]) for i in shown)
    for turn in zip_longest(*wait):
        for i in turn:
            if (
                i is not None
                and i not in shown
                and len(shown) < n
                and used[int(kind[i])] < per_kind
            ):
                used[int(kind[i])] += 1
                shown.append(int(i))
    return shown


# ------------------------------------------------------------------ 4.11 calibrated_list


def calibrated_list__right_loops_15(score, kind, wanted, lam, n):
    chosen, left = [], list(range(len(score)))
    while left and len(chosen) < n:
        best, best_value = None, None
        for i in left:
            trial = chosen + [i]
            kl = 0.0
            for k, p in enumerate(wanted):
                if p > 0:
                    q = sum(1 for j in trial if kind[j] == k) / len(trial)
                    kl += p * math.log(p / (0.99 * q + 0.01 * p))
            value = round((1 - lam) * sum(float(score[j]) for j in trial) - lam * kl, 10)
            if best is None or value > best_value:
                best, best_value = i, value
        chosen.append(best)
        left.remove(best)
    return chosen


def calibrated_list__right_vectorised_15(score, kind, wanted, lam, n):
    s, kind, p = np.asarray(score, float), np.asarray(kind), np.asarray(wanted, float)
    m = len(s)
    onehot = (kind[:, None] == np.arange(len(p))[None, :]).astype(float)
    pos = p > 0
    count, total = np.zeros(len(p)), 0.0
    free = np.ones(m, bool)
    out = []
    for step in range(min(n, m)):
        q = (count + onehot) / (step + 1)
        kl = (p[pos] * np.log(p[pos] / (0.99 * q[:, pos] + 0.01 * p[pos]))).sum(axis=1)
        value = np.round((1 - lam) * (total + s) - lam * kl, 10)
        value[~free] = -np.inf
        i = int(np.argmax(value))
        out.append(i)
        free[i] = False
        count += onehot[i]
        total += s[i]
    return out


def calibrated_list__right_best_of_each_kind_15(score, kind, wanted, lam, n):
    """Recursion; the divergence is worked out once for each kind."""
    p = [float(x) for x in wanted]

    def grow(chosen, total, counts):
        rest = [i for i in range(len(score)) if i not in chosen]
        if not rest or len(chosen) >= n:
            return chosen
        size = len(chosen) + 1
        kl = {}
        for k in {int(kind[i]) for i in rest}:
            c = counts + Counter([k])
            kl[k] = math.fsum(
                pj * (math.log(pj) - math.log(0.99 * c[j] / size + 0.01 * pj))
                for j, pj in enumerate(p)
                if pj > 0
            )
        value = {
            i: round((1 - lam) * (total + float(score[i])) - lam * kl[int(kind[i])], 10)
            for i in rest
        }
        top = min(rest, key=lambda i: (-value[i], i))
        return grow(chosen + [top], total + float(score[top]), counts + Counter([int(kind[top])]))

    return grow([], 0.0, Counter())


def _cal_15(
    score,
    kind,
    wanted,
    lam,
    n,
    *,
    q_of=None,
    kl_of=None,
    gain_of=None,
    digits=10,
    later=False,
    mix=None,
):
    chosen = []
    p = [float(x) for x in wanted]
    left = list(range(len(score)))
    while left and len(chosen) < n:
        values = {}
        for i in left:
            trial = chosen + [i]
            q = (
                q_of(trial, i)
                if q_of
                else [sum(kind[j] == k for j in trial) / len(trial) for k in range(len(p))]
            )
            if kl_of:
                kl = kl_of(p, q)
            else:
                kl = sum(a * math.log(a / (0.99 * b + 0.01 * a)) for a, b in zip(p, q) if a > 0)
            gain = gain_of(trial) if gain_of else sum(float(score[j]) for j in trial)
            v = mix(gain, kl) if mix else (1 - lam) * gain - lam * kl
            values[i] = round(v, digits) if digits is not None else v
        top = max(values.values())
        ties = [i for i in left if values[i] == top]
        best = ties[-1] if later else ties[0]
        chosen.append(best)
        left.remove(best)
    return chosen


def calibrated_list__wrong_mean_of_scores(score, kind, wanted, lam, n):
    """The mean score of the list is used, not the sum: from the second step on scores weigh too little against the mix."""
    return _cal_15(
        score, kind, wanted, lam, n, gain_of=lambda t: sum(float(score[j]) for j in t) / len(t)
    )


def calibrated_list__wrong_share_of_n_15(score, kind, wanted, lam, n):
    """q divides by n, the length wanted in the end, and not by the list so far; shows in the early steps."""
    return _cal_15(
        score,
        kind,
        wanted,
        lam,
        n,
        q_of=lambda t, i: [sum(kind[j] == k for j in t) / n for k in range(len(wanted))],
    )


def calibrated_list__wrong_share_without_new_item(score, kind, wanted, lam, n):
    """q is that of the list before the new item, so the mix never tells candidates apart; shows where the mix must overrule the score."""
    return _cal_15(
        score,
        kind,
        wanted,
        lam,
        n,
        q_of=lambda t, i: [
            sum(kind[j] == k for j in t[:-1]) / max(len(t) - 1, 1) for k in range(len(wanted))
        ],
    )


def calibrated_list__wrong_divergence_reversed_15(score, kind, wanted, lam, n):
    """KL(q || p) instead of KL(p || q); shows for three kinds with unequal shares."""

    def kl(p, q):
        return sum(b * math.log(b / (0.99 * a + 0.01 * b)) for a, b in zip(p, q) if b > 0)

    return _cal_15(score, kind, wanted, lam, n, kl_of=kl)


def calibrated_list__wrong_smoothing_swapped_15(score, kind, wanted, lam, n):
    """0.01 q + 0.99 p: the penalty nearly vanishes; shows where the mix must overrule a score."""
    return _cal_15(
        score,
        kind,
        wanted,
        lam,
        n,
        kl_of=lambda p, q: sum(
            a * math.log(a / (0.01 * b + 0.99 * a)) for a, b in zip(p, q) if a > 0
        ),
    )


def calibrated_list__wrong_epsilon_smoothing(score, kind, wanted, lam, n):
    """p ln(p / (q + 1e-9)) instead of the mixture: a missing kind costs 20 instead of 4.6; shows where a very good score should win over a missing kind."""
    return _cal_15(
        score,
        kind,
        wanted,
        lam,
        n,
        kl_of=lambda p, q: sum(a * math.log(a / (b + 1e-9)) for a, b in zip(p, q) if a > 0),
    )


def calibrated_list__wrong_base_two(score, kind, wanted, lam, n):
    """log2 makes the penalty 1.44 times as large; shows where score and mix nearly balance."""
    return _cal_15(
        score,
        kind,
        wanted,
        lam,
        n,
        kl_of=lambda p, q: sum(
            a * math.log2(a / (0.99 * b + 0.01 * a)) for a, b in zip(p, q) if a > 0
        ),
    )


def calibrated_list__wrong_only_kinds_in_list(score, kind, wanted, lam, n):
    """The sum runs over kinds that the list has, so a missing kind costs nothing; shows whenever a wanted kind is missing."""
    return _cal_15(
        score,
        kind,
        wanted,
        lam,
        n,
        kl_of=lambda p, q: sum(
            a * math.log(a / (0.99 * b + 0.01 * a)) for a, b in zip(p, q) if a > 0 and b > 0
        ),
    )


def calibrated_list__wrong_unwanted_kind_is_nan_15(score, kind, wanted, lam, n):
    """0 * log(0 / 0) is NaN for a kind that is neither wanted nor in the list; argmax then takes the first NaN. Shows for a share of 0."""
    s, kind, p = np.asarray(score, float), np.asarray(kind), np.asarray(wanted, float)
    out, free = [], np.ones(len(s), bool)
    for _ in range(min(n, len(s))):
        value = np.full(len(s), -np.inf)
        for i in np.flatnonzero(free):
            q = np.bincount(kind[out + [int(i)]], minlength=len(p)) / (len(out) + 1)
            with np.errstate(all="ignore"):
                kl = (p * np.log(p / (0.99 * q + 0.01 * p))).sum()
            value[i] = round((1 - lam) * s[out + [int(i)]].sum() - lam * kl, 10)
        out.append(int(np.argmax(value)))
        free[out[-1]] = False
    return out


def calibrated_list__wrong_kinds_from_items(score, kind, wanted, lam, n):
    """The number of kinds is kind.max() + 1: a wanted kind that no item has (the last one) makes the mask of q too long: IndexError."""
    m = int(np.max(kind)) + 1
    p = np.asarray(wanted, float)
    kind = np.asarray(kind)

    def kl(i, chosen):
        q = np.bincount(kind[chosen + [i]], minlength=m) / (len(chosen) + 1)
        ok = p > 0
        return (p[ok] * np.log(p[ok] / (0.99 * q[ok] + 0.01 * p[ok]))).sum()

    chosen = []
    while len(chosen) < min(n, len(kind)):
        left = [i for i in range(len(kind)) if i not in chosen]
        value = [
            round(
                float(
                    (1 - lam) * np.asarray(score, float)[chosen + [i]].sum() - lam * kl(i, chosen)
                ),
                10,
            )
            for i in left
        ]
        chosen.append(left[value.index(max(value))])
    return chosen


def calibrated_list__wrong_ties_not_rounded(score, kind, wanted, lam, n):
    """The values are compared as floats; shows where two items are equal but for the rounding (scores 0.3 and 0.1 + 0.2)."""
    return _cal_15(score, kind, wanted, lam, n, digits=None)


def calibrated_list__wrong_ties_higher_number(score, kind, wanted, lam, n):
    """Of equal values the higher number is added first; shows for equal scores of one kind."""
    return _cal_15(score, kind, wanted, lam, n, later=True)


def calibrated_list__wrong_weights_swapped(score, kind, wanted, lam, n):
    """lam weighs the scores and 1 - lam the divergence; shows for lam other than one half."""
    return _cal_15(score, kind, wanted, 1 - lam, n)


def calibrated_list__wrong_more_than_there_are(score, kind, wanted, lam, n):
    """n larger than the number of items: the last item is returned again and again."""
    got = calibrated_list__right_loops_15(score, kind, wanted, lam, n)
    return got + got[-1:] * (n - len(got))


def calibrated_list__wrong_sorted_in_the_end(score, kind, wanted, lam, n):
    """The chosen items are sorted by score, not in the order in which they were added; shows when the second added scores more than the first."""
    got = calibrated_list__right_loops_15(score, kind, wanted, lam, n)
    return sorted(got, key=lambda i: (-score[i], i))


def calibrated_list__wrong_one_tie_by_score_alone(score, kind, wanted, lam, n):
    """Of equal values the higher score is added first, not the lower number; shows for lam = 1, where the score has no weight."""
    chosen, left = [], list(range(len(score)))
    while left and len(chosen) < n:

        def value(i):
            t = chosen + [i]
            kl = 0.0
            for k, p in enumerate(wanted):
                if p > 0:
                    kl += p * math.log(
                        p / (0.99 * sum(kind[j] == k for j in t) / len(t) + 0.01 * p)
                    )
            return round((1 - lam) * sum(float(score[j]) for j in t) - lam * kl, 10)

        best = min(left, key=lambda i: (-value(i), -float(score[i]), i))
        chosen.append(best)
        left.remove(best)
    return chosen


def calibrated_list__wrong_shortlist_of_2n(score, kind, wanted, lam, n):
    """Only the 2n best scores are tried, for speed; shows when a wanted kind is further down and n is small."""
    keep = sorted(sorted(range(len(score)), key=lambda i: (-score[i], i))[: 2 * n])
    s = np.asarray(score, float)[keep]
    k = np.asarray(kind)[keep]
    return [keep[i] for i in calibrated_list__right_loops_15(s, k, wanted, lam, n)]


# ------------------------------------------------------------------ 4.12 recommend_discoveries


def _disc_scores(purchases, households, models=("users", "svd", "ease")):
    X = sparse.csr_matrix(purchases, dtype=float).copy()
    X.eliminate_zeros()
    flags = (X.toarray() > 0).astype(np.float32)
    seen = flags[households] > 0
    strength = X.log1p().tocsr()
    total = np.zeros(seen.shape)

    def z(s):
        s = np.ma.masked_array(np.asarray(s, float), seen)
        sd = s.std(axis=1).filled(0)[:, None]
        mean = s.mean(axis=1).filled(0)[:, None]
        return (s.data - mean) / np.where(sd > 0, sd, 1)

    if "users" in models:
        norm = np.sqrt(np.asarray(strength.multiply(strength).sum(axis=1)).ravel())
        unit = sparse.diags(1 / np.where(norm > 0, norm, 1)) @ strength
        sim = (unit[households] @ unit.T).toarray()
        sim[np.arange(len(households)), households] = 0
        k = min(50, sim.shape[1])
        kth = -np.partition(-sim, k - 1, axis=1)[:, [k - 1]]
        sim[sim < kth] = 0
        total += z(sparse.csr_matrix(sim) @ strength.toarray())
    if "svd" in models and min(X.shape) > 40:
        from scipy.sparse.linalg import svds

        left, size, right = svds(strength, k=32, random_state=0)
        total += z((left[households] * size) @ right)
    if "ease" in models:
        inverse = np.linalg.inv(flags.T @ flags + 1000 * np.eye(flags.shape[1], dtype=np.float32))
        total += z(flags[households] - flags[households] @ (inverse / np.diag(inverse)))
    if "popular" in models:
        total += np.tile(flags.sum(axis=0), (len(households), 1))
    total[seen] = -np.inf
    return total


def recommend_discoveries__right_hybrid_15(purchases, households, n):
    s = _disc_scores(purchases, list(households))
    return np.argsort(-s, axis=1, kind="stable")[:, :n]


def recommend_discoveries__right_users_and_ease_partition(purchases, households, n):
    s = _disc_scores(purchases, list(households), ("users", "ease"))
    n = min(n, s.shape[1])
    top = np.argpartition(-s, n - 1, axis=1)[:, :n]
    order = np.argsort(-np.take_along_axis(s, top, 1), axis=1)
    return np.take_along_axis(top, order, 1)


def recommend_discoveries__right_lists_household_by_household(purchases, households, n):
    out = []
    for row in _disc_scores(purchases, list(households)):
        new = [i for i in range(len(row)) if np.isfinite(row[i])]
        new.sort(key=lambda i: (-row[i], i))
        out.append(new[:n])
    return out


def recommend_discoveries__right_lists_of_ease(purchases, households, n):
    s = _disc_scores(purchases, list(households), ("ease",))
    return [[int(i) for i in np.lexsort((np.arange(len(row)), -row))[:n]] for row in s]


def recommend_discoveries__wrong_most_popular_15(purchases, households, n):
    """The most popular new products: legal, but the score from which points begin to rise."""
    s = _disc_scores(purchases, list(households), ("popular",))
    return np.argsort(-s, axis=1, kind="stable")[:, :n]


def recommend_discoveries__wrong_seen_kept(purchases, households, n):
    """Bought products are not excluded: households get what they already have."""
    X = sparse.csr_matrix(purchases, dtype=float).log1p().tocsr()
    s = (X[list(households)] @ X.T @ X).toarray()
    return np.argsort(-s, axis=1, kind="stable")[:, :n]


def recommend_discoveries__wrong_bought_once_counts_as_new(purchases, households, n):
    """Only products in two or more baskets are excluded; shows for a product bought once."""
    s = _disc_scores(purchases, list(households))
    A = sparse.csr_matrix(purchases).toarray()[list(households)]
    flags = sparse.csr_matrix(purchases).toarray() > 0
    s = np.where(A == 1, flags.sum(axis=0), s)
    return np.argsort(-np.where(A > 1, -np.inf, s), axis=1, kind="stable")[:, :n]


def recommend_discoveries__wrong_rows_by_position(purchases, households, n):
    """The first len(households) rows are used instead of the rows asked for; shows for households = [5, 2]."""
    s = _disc_scores(purchases, list(range(len(households))))
    return np.argsort(-s, axis=1, kind="stable")[:, :n]


def recommend_discoveries__wrong_worst_of_best_first(purchases, households, n):
    """The right products, the worst of them first; NDCG falls when n is above 1."""
    s = _disc_scores(purchases, list(households))
    return np.argsort(-s, axis=1, kind="stable")[:, :n][:, ::-1]


def recommend_discoveries__wrong_bought_set_to_zero(purchases, households, n):
    """Bought products get a score of 0 instead of minus infinity: with z-scores, of which most are negative, they come back as soon as few are above 0."""
    s = _disc_scores(purchases, list(households))
    s = np.where(np.isinf(s), 0.0, s - np.where(np.isinf(s), -9e9, s).max(axis=1, keepdims=True))
    return np.argsort(-s, axis=1, kind="stable")[:, :n]


def recommend_discoveries__wrong_purchases_changed(purchases, households, n):
    """The matrix is turned into flags in place, so the caller's counts are gone."""
    purchases.data[:] = 1
    s = _disc_scores(purchases, list(households), ("users", "ease"))
    return np.argsort(-s, axis=1, kind="stable")[:, :n]


_DISC_CACHE = {}


def recommend_discoveries__wrong_same_product_twice(purchases, households, n):
    """Two models fill the list in turn without removing duplicates; shows when both like one product."""
    a = np.argsort(-_disc_scores(purchases, list(households), ("users",)), axis=1, kind="stable")
    b = np.argsort(-_disc_scores(purchases, list(households), ("ease",)), axis=1, kind="stable")
    out = np.empty((len(a), 2 * n), int)
    out[:, 0::2], out[:, 1::2] = a[:, :n], b[:, :n]
    return out[:, :n]


def recommend_discoveries__wrong_random_new(purchases, households, n):
    """Random new products: legal, without any skill."""
    s = _disc_scores(purchases, list(households), ())
    s = s + np.random.default_rng(0).random(s.shape)
    return np.argsort(-s, axis=1)[:, :n]


TRUE |= {
    "item_similarity__wrong_flags_matmul_bool": ("common_users_as_flag",),
    "item_similarity__wrong_writes_into_r": ("strengths_overwritten",),
    "itemcf_scores__wrong_k_by_contribution": ("k_after_weighting",),
    "itemcf_scores__wrong_k_over_all_items": ("k_of_all_items",),
    "content_scores__wrong_items_not_scaled_15": ("items_not_scaled",),
    "content_scores__wrong_document_frequency_summed": ("occurrences_counted",),
    "content_scores__wrong_idf_without_smoothing_15": ("idf_not_smoothed",),
    "content_scores__wrong_strength_ignored": ("history_all_alike",),
    "content_scores__wrong_counts_made_flags": ("features_as_flags",),
    "content_scores__wrong_nan_for_featureless_item": ("nan_for_featureless",),
    "content_scores__wrong_log_base_ten": ("idf_in_another_base",),
    "content_scores__wrong_idf_squared_in_profile": ("idf_twice",),
    "rank_with_ties__wrong_reversed_index": ("last_tie_by_higher_number",),
    "rank_with_ties__wrong_last_n_slice": ("all_for_none",),
    "rank_with_ties__wrong_popularity_added_15": ("popularity_added",),
    "rank_with_ties__wrong_truncated_15": ("cut_off_not_rounded",),
    "rank_with_ties__wrong_popularity_rounded_too_15": ("popularity_cut",),
    "rank_with_ties__wrong_cut_before_ties_15": ("cut_before_the_ties",),
    "hybrid_rank__wrong_missing_is_zero_first": ("nan_counted_as_zero",),
    "hybrid_rank__wrong_std_equal_zero": ("spread_compared_with_zero",),
    "hybrid_rank__wrong_seen_left_out_of_moments": ("seen_left_out_of_the_mean",),
    "hybrid_rank__wrong_seen_removed_after_cut": ("cut_before_seen_removed",),
    "hybrid_rank__wrong_one_gap_drops_item": ("items_without_a_score_dropped",),
    "hybrid_rank__wrong_argsort_unstable_ties": ("higher_number_of_equals",),
    "hybrid_rank__wrong_min_max": ("scaled_to_the_range",),
    "hybrid_rank__wrong_scipy_zscore_nan": ("infinity_taken_for_a_score",),
    "kill_hybrid__wrong_compares_sets": ("looks_only_at_seen",),
    "kill_hybrid__wrong_expects_sample_std": ("rejects_any_hybrid",),
    "kill_hybrid__wrong_expects_moments_of_unseen": ("rejects_any_hybrid",),
    "kill_hybrid__wrong_expects_unrounded_sums": ("rejects_any_hybrid",),
    "kill_hybrid__wrong_smoke_test": ("one_recommender_only",),
    "kill_hybrid__wrong_swallows_errors": ("accepts_any_hybrid",),
    "in_batch_softmax_logq__wrong_sign_15": ("correction_added",),
    "in_batch_softmax_logq__wrong_temperature_divides_logq": ("temperature_on_everything",),
    "in_batch_softmax_logq__wrong_log_of_softmax": ("underflows",),
    "in_batch_softmax_logq__wrong_clipped_log": ("small_number_in_the_logarithm",),
    "in_batch_softmax_logq__wrong_softmax_over_users_15": ("items_choose_users",),
    "in_batch_softmax_logq__wrong_logq_of_row": ("no_correction",),
    "in_batch_softmax_logq__wrong_positive_not_corrected_15": ("own_item_not_corrected",),
    "in_batch_softmax_logq__wrong_numerator_not_corrected": ("own_item_not_corrected",),
    "in_batch_softmax_logq__wrong_unit_vectors_15": ("cosines_for_dot_products",),
    "accept_model__wrong_units_alone_15": ("units_drawn_alone",),
    "accept_model__wrong_seeds_alone_15": ("seeds_drawn_alone",),
    "accept_model__wrong_either_side_of_zero": ("either_side_accepted",),
    "accept_model__wrong_cells_drawn_alone": ("runs_taken_for_units",),
    "accept_model__wrong_units_anew_for_each_seed_15": ("units_apart_for_each_seed",),
    "accept_model__wrong_unpaired_15": ("units_not_paired",),
    "accept_model__wrong_best_seed_15": ("best_seed_counts",),
    "accept_model__wrong_lower_end_15": ("lower_end_below_zero",),
    "accept_model__wrong_mean_only_15": ("no_interval",),
    "retrieve_rank_rerank__wrong_half_budget_is_late": ("exactly_half_is_late",),
    "retrieve_rank_rerank__wrong_times_added_15": ("sources_one_at_a_time",),
    "retrieve_rank_rerank__wrong_plain_floor": ("budget_missed_by_a_float",),
    "retrieve_rank_rerank__wrong_round_half": ("last_one_does_not_fit",),
    "retrieve_rank_rerank__wrong_zip_stops_at_shortest": ("shortest_source_ends_it",),
    "retrieve_rank_rerank__wrong_sources_one_after_another": ("first_source_first",),
    "retrieve_rank_rerank__wrong_cut_before_dedup": ("duplicates_ranked",),
    "retrieve_rank_rerank__wrong_item_zero_dropped": ("item_zero_lost",),
    "retrieve_rank_rerank__wrong_cut_to_n_before_rule": ("cut_before_the_rule",),
    "retrieve_rank_rerank__wrong_ties_in_turn_order": ("ties_by_retrieval",),
    "retrieve_rank_rerank__wrong_late_source_counts_for_time": ("late_source_charged",),
    "calibrated_list__wrong_mean_of_scores": ("mean_score_of_the_list",),
    "calibrated_list__wrong_share_of_n_15": ("shares_of_the_full_length",),
    "calibrated_list__wrong_share_without_new_item": ("best_scores_alone",),
    "calibrated_list__wrong_divergence_reversed_15": ("divergence_the_other_way",),
    "calibrated_list__wrong_smoothing_swapped_15": ("mixed_the_other_way",),
    "calibrated_list__wrong_base_two": ("logarithm_of_base_two",),
    "calibrated_list__wrong_unwanted_kind_is_nan_15": ("unwanted_kind_spoils_the_sum",),
    "calibrated_list__wrong_ties_higher_number": ("higher_number_added_first",),
    "calibrated_list__wrong_weights_swapped": ("lam_the_other_way",),
    "calibrated_list__wrong_sorted_in_the_end": ("ordered_by_score_in_the_end",),
    "recommend_discoveries__wrong_most_popular_15": ("popular_products",),
}
