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
            kept = threads.map(lambda rows: _largest_of_rows(items[rows] @ unit, k), _blocks(work))
            W = sparse.vstack(list(kept), format="csr")
    return sparse.csr_matrix(W, dtype=np.float64)


def _of_dense_blocks(
    items: sparse.csr_matrix, k: int, threads: ThreadPoolExecutor
) -> sparse.csr_matrix:
    """The ``k`` largest entries of each row of ``items @ items.T``, of which half is computed."""
    n_items, n_users = items.shape
    # The largest so far.
    kept = np.full((n_items, min(k, n_items)), np.iinfo(np.int64).min)

    def keep(rows: slice, *found: np.ndarray) -> None:
        kept[rows] = _largest(np.hstack([kept[rows], *found]), kept.shape[1])

    # One for all panels: two at a time would be most of the memory.
    buffer = np.empty(n_users * min(DENSE_SIDE, n_items), np.float32)
    for at in range(0, n_items, DENSE_SIDE):
        own = slice(at, at + DENSE_SIDE)
        part = items[own].T
        panel = part.toarray(out=buffer[: part.shape[0] * part.shape[1]].reshape(part.shape))

        def largest(row: int, panel: np.ndarray = panel, at: int = at) -> np.ndarray:
            rows = slice(row, row + DENSE_SIDE)
            block = _ordered(items[rows] @ panel)
            found = _largest(_keys(block, at), k)
            if row == at:
                return found
            keep(rows, found)
            # The products of these rows with the panel's items are those of its items with them.
            return _largest(_keys(block.T, row), k)

        keep(own, *threads.map(largest, range(at, n_items, DENSE_SIDE)))
    values, columns = _unpacked(kept.ravel())
    starts = np.arange(0, kept.size + 1, kept.shape[1])
    W = sparse.csr_matrix((values, columns, starts), shape=(n_items, n_items))
    W.eliminate_zeros()
    return W


def _ordered(values: np.ndarray) -> np.ndarray:
    """Integers that order as values of single precision do: their bits, turned where negative."""
    bits = values.view(np.int32)
    return bits ^ ((bits >> 31) & np.iinfo(np.int32).max)


def _keys(ordered: np.ndarray, columns: np.ndarray | int) -> np.ndarray:
    """Integers that order as ``ordered`` does and hold the column too.

    Of integers numpy picks the largest several times faster than it finds the places of the
    largest. Where ``columns`` is a number it is the first, and the others follow.
    """
    if isinstance(columns, int):
        columns = np.arange(columns, columns + ordered.shape[1])
    keys = np.left_shift(ordered, 32, dtype=np.int64, order="C")
    return np.bitwise_or(keys, columns, out=keys)


def _unpacked(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The values and the columns of `_keys`."""
    # What orders the bits, done twice, gives them back.
    values = _ordered((keys >> 32).astype(np.int32)).view(np.float32)
    return values, keys.astype(np.int32)


def _largest(keys: np.ndarray, k: int) -> np.ndarray:
    """The ``k`` largest of each row of ``keys``, which is reordered; all where there are fewer."""
    if keys.shape[-1] <= k:
        return keys
    keys.partition(keys.shape[-1] - k)
    # A copy: a view would keep the others.
    return keys[..., -k:].copy()


def _blocks(work: np.ndarray) -> list[slice]:
    """Consecutive rows whose products together stay within `BLOCK_ENTRIES`."""
    block = np.cumsum(work) // BLOCK_ENTRIES
    edges = [0, *(np.flatnonzero(np.diff(block)) + 1), len(work)]
    return [slice(int(a), int(b)) for a, b in pairwise(edges)]


def _largest_of_rows(products: sparse.csr_matrix, k: int) -> sparse.csr_matrix:
    """The ``k`` largest entries of each row."""
    keys = _keys(_ordered(products.data), products.indices)
    rows = [_largest(keys[begin:end], k) for begin, end in pairwise(products.indptr)]
    values, columns = _unpacked(np.concatenate(rows))
    starts = np.cumsum([0, *map(len, rows)])
    return sparse.csr_matrix((values, columns, starts), shape=products.shape)
