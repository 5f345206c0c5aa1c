"""What the customers of a simulated shop will spend."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

N_CUSTOMERS = 8_000
WEEKS = 39


def simulated_spend(seed: int) -> tuple[tuple[pd.DataFrame, np.ndarray, int], np.ndarray]:
    """Orders of 39 SIMULATED weeks to learn from; what customers spend in the next 39 is the truth.

    The customers resemble those of CDNOW, and no row is theirs: whoever knows the public file by
    heart knows nothing about this one. They differ from the model of chapter 10 in two ways. Some
    leave after their first order, and the values of orders are lognormal.

    Parameters
    ----------
    seed : int
        Draws the shop (how often its customers order, how soon they leave), its customers, their
        orders, and the currency.

    Returns
    -------
    arguments : (DataFrame, ndarray of int, int)
        Orders (``customer_id``, ``day``, ``value``), whom to predict for, and 39.
    truth : ndarray of float, shape (n_customers,)
        Spend in the currency of the orders.
    """
    rng = np.random.default_rng([seed, 10])
    r, alpha, a, b = np.array([0.25, 4.4, 0.7, 2.4]) * np.exp(rng.normal(0, 0.12, 4))
    rate = rng.gamma(r, 1 / alpha, N_CUSTOMERS)
    leaves = rng.beta(a, b, N_CUSTOMERS)
    usual = rng.lognormal(0, 0.6, N_CUSTOMERS) * rng.uniform(20, 400)
    day = rng.integers(0, 84, N_CUSTOMERS).astype(float)
    who, parts = np.arange(N_CUSTOMERS), []
    chance = 0.3 * leaves  # of leaving after the first order; later it is ``leaves``
    while len(who):
        value = usual[who] * rng.lognormal(-0.08, 0.4, len(who))
        parts.append(pd.DataFrame({"customer_id": who, "day": day.astype(int), "value": value}))
        day = day + 7 * rng.exponential(1 / rate[who])
        stays = (rng.random(len(who)) >= chance[who]) & (day < 14 * WEEKS)
        who, day, chance = who[stays], day[stays], leaves
    orders = pd.concat(parts).groupby(["customer_id", "day"], as_index=False)["value"].sum()
    orders["value"] = orders["value"].round(2)
    past = orders["day"] < 7 * WEEKS
    later = orders[~past].groupby("customer_id")["value"].sum()
    customers = rng.permutation(N_CUSTOMERS)
    truth = later.reindex(customers, fill_value=0.0).to_numpy()
    return (orders[past].reset_index(drop=True), customers, WEEKS), truth


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
