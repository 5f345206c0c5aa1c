"""Item neighbourhoods of a large sparse matrix, with numpy and scipy alone.

Products are computed in blocks, of which only the largest entries are kept before the next block is
computed, so that the peak memory does not grow with the matrix. Where hardly any product of two
items is 0, a sparse result costs more than it saves: there the blocks are dense.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from scipy import sparse

# Entries of a block's product: few enough to stay in the cache while the largest are picked.
BLOCK_ENTRIES = 500_000
# The share of products that are not 0 above which dense blocks are faster, of how many items it is
# taken, and the side of a block.
DENSE_SHARE, SAMPLE = 0.5, 50
DENSE_SIDE = 350


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
    >>> X = sparse.csr_matrix([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [1.0, 0.0, 0.0]])
    >>> cosine_neighbours(X, 2).toarray().round(2)
    array([[1.  , 0.82, 0.  ],
           [0.82, 1.  , 0.  ],
           [0.  , 0.71, 1.  ]])
    """
    X = sparse.csr_matrix(X)
    n_items = X.shape[1]
    norms = np.sqrt(np.bincount(X.indices, np.square(X.data, dtype=np.float64), n_items))
    norms[norms == 0] = 1.0
    # A cosine in single precision is exact enough to be ranked, and half as much to be moved.
    scaled = (X.data / norms[X.indices]).astype(np.float32)
    unit = sparse.csr_matrix((scaled, X.indices, X.indptr), shape=X.shape)
    items = unit.T.tocsr()
    # An item's row of products has at most one entry for each item that its users have.
    sizes = np.diff(unit.indptr)
    work = np.minimum(np.bincount(unit.indices, np.repeat(sizes, sizes), n_items), n_items)
    with ThreadPoolExecutor(n_threads) as threads:
        some = items[:: max(1, n_items // SAMPLE)]
        if (some @ unit).nnz > DENSE_SHARE * some.shape[0] * n_items:
            W = _of_dense_blocks(items, k, threads)
        else:
            kept = threads.map(lambda rows: _largest(items[rows] @ unit, k), _blocks(work))
            W = sparse.vstack(list(kept), format="csr")
    return sparse.csr_matrix(W, dtype=np.float64)


def _of_dense_blocks(
    items: sparse.csr_matrix, k: int, threads: ThreadPoolExecutor
) -> sparse.csr_matrix:
    """The ``k`` largest entries of each row of ``items @ items.T``, of which half is computed."""
    n_items, n_users = items.shape
    # The largest so far.
    values = np.full((n_items, min(k, n_items)), -np.inf, np.float32)
    columns = np.zeros(values.shape, np.int32)

    def keep(rows: slice, found: np.ndarray, among: np.ndarray) -> None:
        among = np.hstack([columns[rows], among])
        values[rows], places = _largest_of_rows(np.hstack([values[rows], found]), values.shape[1])
        columns[rows] = np.take_along_axis(among, places, 1)

    # One for all panels: two at a time would be most of the memory.
    buffer = np.empty(n_users * min(DENSE_SIDE, n_items), np.float32)
    for at in range(0, n_items, DENSE_SIDE):
        own = slice(at, at + DENSE_SIDE)
        part = items[own].T
        panel = part.toarray(out=buffer[: part.shape[0] * part.shape[1]].reshape(part.shape))

        def largest(row: int, panel: np.ndarray = panel, at: int = at) -> tuple[np.ndarray, ...]:
            rows = slice(row, row + DENSE_SIDE)
            block = items[rows] @ panel
            found, places = _largest_of_rows(block, k)
            keep(rows, found, places + at)
            # The products of these rows with the panel's items are those of its items with them.
            found, places = _largest_of_rows(np.ascontiguousarray(block.T), k)
            return found, places + row

        _, *others = threads.map(largest, range(at, n_items, DENSE_SIDE))
        if others:
            found, among = map(np.hstack, zip(*others, strict=True))
            keep(own, found, among)
    starts = np.arange(0, values.size + 1, values.shape[1])
    W = sparse.csr_matrix((values.ravel(), columns.ravel(), starts), shape=(n_items, n_items))
    W.eliminate_zeros()
    return W


def _largest_of_rows(block: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """The ``k`` largest entries of each row, and their columns."""
    k = min(k, block.shape[1])
    # A copy: a view would keep the places of all entries.
    places = np.argpartition(block, block.shape[1] - k, axis=1)[:, -k:].copy()
    return np.take_along_axis(block, places, 1), places


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
