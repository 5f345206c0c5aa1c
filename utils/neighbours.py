"""Item neighbourhoods of a large sparse matrix, and lists from them for every user at once.

With numpy and scipy alone: sparse products in blocks of rows, of which only the largest entries are
kept before the next block is computed, so that the peak memory does not grow with the matrix.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from scipy import sparse

# Entries of a block's product: few enough to stay in the cache while the largest are picked.
BLOCK_ENTRIES = 3_000_000


def cosine_neighbours(X: sparse.csr_matrix, k: int, n_threads: int = 1) -> sparse.csr_matrix:
    """For each item the ``k`` items with the largest cosine, itself included.

    Parameters
    ----------
    X : csr_matrix, shape (n_users, n_items)
        Strength of preference; what is not stored is 0.
    k : int
        How many neighbours an item has.
    n_threads : int
        Blocks that are worked on at once; scipy and numpy let go of the interpreter meanwhile.

    Returns
    -------
    W : csr_matrix, shape (n_items, n_items)
        Row ``i`` holds the neighbours of ``i``; at most ``k`` stored values a row.

    Notes
    -----
    Sarwar, Karypis, Konstan and Riedl, "Item-based collaborative filtering recommendation
    algorithms" (WWW 2001).

    Examples
    --------
    >>> X = sparse.csr_matrix([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
    >>> cosine_neighbours(X, 2).toarray().round(2)
    array([[1.  , 1.  , 0.  ],
           [1.  , 1.  , 0.  ],
           [0.71, 0.  , 1.  ]])
    """
    X = sparse.csr_matrix(X, dtype=np.float64)
    norms = np.sqrt(np.bincount(X.indices, X.data**2, X.shape[1]))
    unit = sparse.csr_matrix(X @ sparse.diags(1 / np.where(norms > 0, norms, 1)))
    items = unit.T.tocsr()
    # An item's row of products has at most one entry for each item that its users have.
    work = np.minimum((unit != 0).T @ np.diff(unit.indptr), X.shape[1])
    with ThreadPoolExecutor(n_threads) as threads:
        kept = threads.map(lambda rows: _largest(items[rows] @ unit, k), _blocks(work))
        return sparse.csr_matrix(sparse.vstack(list(kept), format="csr"))


def recommend_all(X: sparse.csr_matrix, W: sparse.csr_matrix, n: int) -> np.ndarray:
    """For each user the ``n`` items with the largest sum of similarities to what she has.

    Parameters
    ----------
    X : csr_matrix, shape (n_users, n_items)
        As in `cosine_neighbours`.
    W : csr_matrix, shape (n_items, n_items)
        Similarities; row ``i`` holds the items that ``i`` speaks for.
    n : int
        The length of a list.

    Returns
    -------
    items : ndarray of int, shape (n_users, n)
        Best first, without items that the user has; -1 where there are no more.
    """
    X = sparse.csr_matrix(X, dtype=np.float64)
    items = np.full((X.shape[0], n), -1)
    mine = np.full(X.shape[1], -1)
    work = np.minimum((X != 0) @ np.diff(W.indptr), X.shape[1])
    for rows in _blocks(work):
        scores = X[rows] @ W
        for row, user in enumerate(range(rows.start, rows.stop)):
            # Marking what a user has costs as much as she has, not as much as there is.
            mine[X.indices[X.indptr[user] : X.indptr[user + 1]]] = user
            columns = scores.indices[scores.indptr[row] : scores.indptr[row + 1]]
            values = scores.data[scores.indptr[row] : scores.indptr[row + 1]]
            values = np.where(mine[columns] == user, -np.inf, values)
            if len(values) > n:
                best = np.argpartition(values, len(values) - n)[-n:]
                columns, values = columns[best], values[best]
            order = np.lexsort((columns, -values))
            order = order[values[order] > -np.inf]
            items[user, : len(order)] = columns[order]
    return items


def _blocks(work: np.ndarray) -> list[slice]:
    """Consecutive rows whose products together stay within `BLOCK_ENTRIES`."""
    block = np.cumsum(work) // BLOCK_ENTRIES
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1), len(work)]
    return [slice(int(a), int(b)) for a, b in pairwise(edges)]


def _largest(products: sparse.csr_matrix, k: int) -> sparse.csr_matrix:
    """The ``k`` largest entries of each row."""
    parts, sizes = [], [0]
    for row in range(products.shape[0]):
        begin, end = products.indptr[row], products.indptr[row + 1]
        if end - begin > k:
            best = begin + np.argpartition(products.data[begin:end], end - begin - k)[-k:]
        else:
            best = np.arange(begin, end)
        parts.append(best)
        sizes.append(len(best))
    best = np.concatenate(parts)
    stored = (products.data[best], products.indices[best], np.cumsum(sizes))
    return sparse.csr_matrix(stored, shape=products.shape)
