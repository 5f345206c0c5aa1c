"""Answers that carry a copy of the public table earn nothing where marking leaves a part of it out.

Two attacks are written here in full. Both find rows and columns of the hold-out again in the public
table, and recommend what the household that they found bought later.
"""

import numpy as np
import pytest
from scipy import sparse
from scipy.spatial import cKDTree
from sklearn.preprocessing import normalize

from utils import catalogue
from utils.holdout import new_items as holdout


def _signatures(counts):
    """A row for each row: its counts from the largest on, how many there are, and their sum."""
    counts = sparse.csr_matrix(counts)
    rows = np.zeros((counts.shape[0], 80))
    for row in range(len(rows)):
        largest = np.sort(counts.data[counts.indptr[row] : counts.indptr[row + 1]])[::-1][:80]
        rows[row, : len(largest)] = largest
    n_stored = np.diff(counts.indptr)[:, None]
    total = np.asarray(counts.sum(axis=1))
    return np.hstack([np.log1p(rows), 3 * np.log1p(n_stored), 3 * np.log1p(total)])


def _by_counts(copy, given):
    """Rows and columns by their sorted counts, which no shuffle changes."""
    return [
        cKDTree(_signatures(one)).query(_signatures(other))[1]
        for one, other in ((copy, given), (copy.T, given.T))
    ]


def _by_popular_products(copy, given, n_rounds=8, n_first=40):
    """Popular products are found by their rank, rows by them, more products by the rows, …"""
    copy, given = (sparse.csr_matrix(c, dtype=float).log1p() for c in (copy, given))
    ranks = [np.argsort(-np.diff(c.tocsc().indptr), kind="stable") for c in (copy, given)]
    columns = np.empty(given.shape[1], dtype=int)
    columns[ranks[1]] = ranks[0][np.arange(len(columns)) * copy.shape[1] // len(columns)]
    used = ranks[1][:n_first]
    for step in range(1, n_rounds + 1):
        alike = (normalize(given[:, used]) @ normalize(copy[:, columns[used]]).T).toarray()
        rows = alike.argmax(axis=1)
        sure = alike.max(axis=1) - np.partition(alike, -2, axis=1)[:, -2]
        trusted = np.argsort(-sure)[: max(300, len(rows) * step // n_rounds)]
        alike = normalize(given[trusted].T) @ normalize(copy[rows[trusted]].T).T
        alike = alike.toarray()
        columns = alike.argmax(axis=1)
        sure = alike.max(axis=1) - np.partition(alike, -2, axis=1)[:, -2]
        used = np.argsort(-sure)[: int(n_first * 1.6**step)]
    return rows, columns


ATTACKS = {"counts": _by_counts, "popular_products": _by_popular_products}


def attack(find, purchases, households, n):
    """What the households that were found bought later, the rest by popularity."""
    copy, later = holdout._marked_purchases()
    rows, columns = find(copy, purchases)
    bought_later = later[rows[households]].toarray()[:, columns] > 0
    popular = np.diff(purchases.tocsc().indptr)
    scores = bought_later + popular / (1 + popular.max())
    scores[purchases[households].toarray() > 0] = -1
    return np.argsort(-scores, axis=1, kind="stable")[:, :n]


def reached(find, seed=0):
    (purchases, households, n), new = holdout.new_items(seed)
    return holdout.mean_ndcg(attack(find, purchases, households, n), new)


@pytest.mark.parametrize("name", ATTACKS)
def test_a_copy_of_the_table_earns_nothing(name):
    task = catalogue.load("collaborative_filtering")["recommend_new_items"]
    args, new = holdout.new_items(0)
    baseline = holdout.mean_ndcg(task.baseline(*args), new)
    assert reached(ATTACKS[name]) < baseline


def test_it_would_earn_everything_if_nothing_were_left_out(monkeypatch):
    for share in ("KEPT_AXES", "KEPT_OF_PRODUCT", "KEPT_OF_HOUSEHOLD"):
        monkeypatch.setattr(holdout, share, 1.0)
    assert reached(_by_counts) > 0.5
