"""A hold-out of Complete Journey by which recommenders of new products are scored."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from utils import data, ranking

N_JUDGED = 1000


def new_items(seed: int) -> tuple[tuple[sparse.csr_matrix, list[int], int], sparse.csr_matrix]:
    """Weeks 1 to 44 to learn from; the new products of weeks 45 to 53 are the truth.

    Parameters
    ----------
    seed : int
        Decides which households are judged, and how rows and columns are shuffled.

    Returns
    -------
    arguments : (csr_matrix, list of int, int)
        Baskets by household and product, the rows to recommend for, and 10.
    truth : csr_matrix, shape (n_judged, n_products)
        What each of these rows bought for the first time.
    """
    rng = np.random.default_rng(seed)
    before, after = (counts.matrix for counts in data.purchase_split())
    # Shuffled axes: who knows the public data set should not find a household by its number.
    rows, columns = rng.permutation(before.shape[0]), rng.permutation(before.shape[1])
    before, after = before[rows][:, columns].tocsr(), after[rows][:, columns].tocsr()
    new = sparse.csr_matrix(after - after.multiply(before > 0))
    new.eliminate_zeros()
    judged = rng.choice(np.flatnonzero(np.diff(new.indptr)), N_JUDGED, replace=False)
    return (before, judged.tolist(), 10), new[judged]


def mean_ndcg(products: Any, new: sparse.csr_matrix) -> float:
    """Mean NDCG of lists, with a gain of 1 for each new product bought."""
    return float(ranking.ndcg_of_rows(np.asarray(products), new).mean())


def problem_with_products(
    value: Any, purchases: sparse.csr_matrix, households: list[int], n: int
) -> str:
    """What is wrong with lists of new products, in one sentence; empty if nothing is."""
    products = np.asarray(value)
    if products.shape != (len(households), n) or products.dtype.kind not in "iu":
        return "return one row of n whole numbers for each household"
    if products.min() < 0 or products.max() >= purchases.shape[1]:
        return "a product is a column of purchases, counted from 0"
    if any(len(set(row)) < n for row in products.tolist()):
        return "the products of a row must all be different"
    if purchases[np.asarray(households)[:, None], products].sum() > 0:
        return "a household has bought one of its products before"
    return ""
