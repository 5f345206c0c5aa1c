"""What households buy of products that they had not bought before, on a thinned table."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from utils import data, ranking

N_JUDGED = 1500
# How much of the public table the hold-out keeps: of households and products, and at the least of
# the purchases of a product and of a household. See `new_items`.
KEPT_AXES = 0.9
KEPT_OF_PRODUCT = 0.45
KEPT_OF_HOUSEHOLD = 0.7


def new_items(seed: int) -> tuple[tuple[sparse.csr_matrix, list[int], int], sparse.csr_matrix]:
    """Weeks 1 to 44 to learn from; the new products of weeks 45 to 53 are the truth.

    The table is public, so whoever carries a copy could find a household again by what it bought,
    and read off what it bought next. Therefore a part is left out at random: a tenth of the
    households and of the products; of each product a share of its purchases, in both periods; of
    each household a share of what is left to learn from. Neither counts nor ranks then tell a row
    or a column. What counts as new is decided before anything is left out.

    Parameters
    ----------
    seed : int
        Decides what is left out, which households are judged, and how rows and columns are
        shuffled.

    Returns
    -------
    arguments : (csr_matrix, list of int, int)
        Baskets by household and product, the rows to recommend for, and 10.
    truth : csr_matrix, shape (n_judged, n_products)
        What each of these rows bought for the first time.
    """
    rng = np.random.default_rng(seed)
    before, after = _marked_purchases()
    rows, columns = (rng.permutation(n)[: int(KEPT_AXES * n)] for n in before.shape)
    before, after = before[rows][:, columns].tocsr(), after[rows][:, columns].tocsr()
    new = sparse.csr_matrix(after - after.multiply(before > 0))
    of_household = rng.uniform(KEPT_OF_HOUSEHOLD, 1, len(rows))
    # Shares on a logarithmic scale: they reorder the most popular products, where a search begins.
    of_product = KEPT_OF_PRODUCT ** rng.random(len(columns))
    known = _thinned(before, of_household, of_product, rng)
    new = _thinned(new, np.ones(len(rows)), of_product, rng)
    able = np.flatnonzero((np.diff(known.indptr) > 0) & (np.diff(new.indptr) > 0))
    judged = rng.choice(able, N_JUDGED, replace=False)
    return (known, judged.tolist(), 10), new[judged]


def _marked_purchases() -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    lines = data.transactions("household_id", "basket_id", "product_id", "week")
    before, after = data.split_purchases(lines, last_week=44, until=53, min_buyers=60)
    return before.matrix, after.matrix


def _thinned(
    counts: sparse.csr_matrix,
    of_row: np.ndarray,
    of_column: np.ndarray,
    rng: np.random.Generator,
) -> sparse.csr_matrix:
    """Each basket of an entry is kept with the product of the shares of its row and column."""
    entries = counts.tocoo()
    kept = rng.binomial(entries.data, of_row[entries.row] * of_column[entries.col])
    thinned = sparse.csr_matrix((kept, (entries.row, entries.col)), shape=counts.shape)
    thinned.eliminate_zeros()
    return thinned


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
        return "the products of a row must be new to its household"
    return ""
