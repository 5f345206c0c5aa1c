"""Hold-outs by which what learners predict is scored."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
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


# ---- spend of CDNOW's customers ---------------------------------------------------------------

N_CUSTOMERS = 20_000
WEEKS = 39


def cdnow_spend(seed: int) -> tuple[tuple[pd.DataFrame, np.ndarray, int], np.ndarray]:
    """Orders of 39 weeks to learn from; what each customer spends in the next 39 is the truth.

    Parameters
    ----------
    seed : int
        Decides which customers are judged, their numbers, and the currency.

    Returns
    -------
    arguments : (DataFrame, ndarray of int, int)
        Orders (``customer_id``, ``day``, ``value``), whom to predict for, and 39.
    truth : ndarray of float, shape (n_customers,)
        Spend in the currency of the orders.
    """
    rng = np.random.default_rng(seed)
    orders = data.cdnow()
    known = orders["customer_id"].unique()
    judged = rng.choice(known, N_CUSTOMERS, replace=False)
    # Other numbers and another currency: the public file should not tell who is who.
    numbers = pd.Series(rng.permutation(N_CUSTOMERS) + 1, index=judged)
    orders = orders[orders["customer_id"].isin(judged)]
    orders = pd.DataFrame(
        {
            "customer_id": numbers[orders["customer_id"]].to_numpy(),
            "day": (orders["day"] - orders["day"].min()).dt.days.to_numpy(),
            "value": (orders["value"] * rng.uniform(3, 9)).round(2).to_numpy(),
        }
    ).sort_values(["customer_id", "day"], ignore_index=True)
    past = orders["day"] < 7 * WEEKS
    later = orders[~past].groupby("customer_id")["value"].sum()
    truth = later.reindex(numbers.to_numpy(), fill_value=0.0).to_numpy()
    return (orders[past].reset_index(drop=True), numbers.to_numpy(), WEEKS), truth


def total_error(spend: Any, truth: np.ndarray) -> float:
    """How far the total is off, as a factor: 0 is exact, 0.69 twice or half; NaN without spend."""
    total = np.sum(np.asarray(spend, dtype=float))
    return float(abs(np.log(total / truth.sum()))) if total > 0 else float("nan")


def rank_correlation(spend: Any, truth: np.ndarray) -> float:
    """Spearman's rank correlation, equal values sharing their mean rank; NaN without an order."""
    ranks = [pd.Series(np.asarray(v, dtype=float)).rank().to_numpy() for v in (spend, truth)]
    return float(np.corrcoef(*ranks)[0, 1]) if np.ptp(ranks[0]) else float("nan")


def top_tenth(spend: Any, truth: np.ndarray) -> float:
    """Share of all money that comes from the tenth of customers with the highest predictions."""
    order = np.argsort(-np.asarray(spend, dtype=float), kind="stable")
    return float(truth[order[: len(truth) // 10]].sum() / truth.sum())


def problem_with_spend(value: Any, orders: pd.DataFrame, customers: np.ndarray, weeks: int) -> str:
    """What is wrong with predictions of spend, in one sentence; empty if nothing is."""
    spend = np.asarray(value)
    if spend.shape != (len(customers),) or spend.dtype.kind not in "iuf":
        return "return one number for each customer"
    if not np.isfinite(spend).all() or spend.min() < 0:
        return "spend is a finite number, 0 or more"
    return "" if np.ptp(spend) > 0 else "the customers do not all spend the same"
