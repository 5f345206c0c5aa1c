"""Rankings of many users at once: who is shown what, and how good that is.

For one user at a time the definitions are exercises of the chapter on recommender design; here are
the same numbers for a whole matrix.
"""

from __future__ import annotations

import numpy as np
from scipy import sparse


def top_columns(scores: np.ndarray, k: int, excluded: np.ndarray | None = None) -> np.ndarray:
    """The ``k`` best-scored columns of each row, best first; equal scores in column order.

    Scores count as equal when ten decimals agree: in which order a sum was taken, which differs
    between processors, decides nothing.

    Parameters
    ----------
    scores : ndarray, shape (n_rows, n_columns)
    k : int
        At most ``n_columns``.
    excluded : ndarray of bool, shape (n_rows, n_columns), optional
        Where True, a column is not shown while others are left.

    Returns
    -------
    columns : ndarray of int, shape (n_rows, k)

    Examples
    --------
    >>> top_columns(np.array([[1, 3, 2, 3]]), 3)
    array([[1, 3, 2]])
    """
    scores = np.round(np.asarray(scores, dtype=float), 10)
    if excluded is not None:
        scores = np.where(excluded, -np.inf, scores)
    # Sorting whole rows would cost ten times as much: only what reaches the k-th score is sorted.
    least = -np.partition(-scores, k - 1, axis=1)[:, k - 1]
    return np.array([_first(row, bound, k) for row, bound in zip(scores, least, strict=True)])


def _first(row: np.ndarray, bound: float, k: int) -> np.ndarray:
    reached = np.flatnonzero(row >= bound)
    return reached[np.argsort(-row[reached], kind="stable")][:k]


def ndcg_of_rows(columns: np.ndarray, relevant: sparse.spmatrix) -> np.ndarray:
    """NDCG of each row's list, with a gain of 1 for each relevant column.

    Parameters
    ----------
    columns : ndarray of int, shape (n_rows, k)
        What is shown, best first.
    relevant : sparse matrix, shape (n_rows, n_columns)
        A stored value that is not 0 marks a relevant column.

    Returns
    -------
    ndcg : ndarray, shape (n_rows,)
        NaN for a row without a relevant column.

    Notes
    -----
    Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (2002), with the
    ideal list cut at ``k``.

    Examples
    --------
    One relevant column, shown second: 1 / log2(3).

    >>> ndcg_of_rows(np.array([[1, 0]]), sparse.csr_matrix([[1, 0, 0]])).round(3)
    array([0.631])
    """
    rows = sparse.csr_matrix(relevant, copy=True)
    rows.eliminate_zeros()
    k = columns.shape[1]
    discounts = 1 / np.log2(np.arange(2, k + 2))
    hits = np.asarray((rows != 0)[np.arange(len(columns))[:, None], columns].todense())
    n_relevant = np.diff(rows.indptr)
    ideal = np.concatenate([[np.nan], discounts.cumsum()])[np.minimum(n_relevant, k)]
    return hits @ discounts / ideal


def paired_interval(
    a: np.ndarray, b: np.ndarray, n_resamples: int = 2000, seed: int = 0
) -> tuple[float, float, float]:
    """Mean of ``a - b`` over the units that both have, with a 95 % bootstrap interval.

    Parameters
    ----------
    a, b : ndarray, shape (n_units,)
        The same units in the same order; a unit that is NaN in either is left out.

    Returns
    -------
    mean, low, high : float
        Percentile interval (Efron 1979), units resampled with replacement.

    Raises
    ------
    ValueError
        When the two are not of the same length.
    """
    if np.shape(a) != np.shape(b):
        raise ValueError(
            f"A pair needs two values for each unit: there are {np.size(a)} and {np.size(b)}."
        )
    difference = (np.asarray(a) - np.asarray(b))[~(np.isnan(a) | np.isnan(b))]
    n_units = len(difference)
    # How often each unit is drawn says as much as which units were, and takes one product.
    draws = np.random.default_rng(seed).multinomial(n_units, [1 / n_units] * n_units, n_resamples)
    low, high = np.quantile(draws @ difference / n_units, [0.025, 0.975])
    return float(difference.mean()), float(low), float(high)
