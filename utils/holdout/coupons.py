"""Coupons of several face values under one budget."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize

from utils import data

N_LOGGED, N_SERVED, BUDGET_PER_USER = 40_000, 6_000, 0.30


def coupons_to_allocate(
    seed: int,
) -> tuple[tuple[pd.DataFrame, pd.DataFrame, float], tuple[np.ndarray, np.ndarray, float]]:
    """A SIMULATED log of coupons drawn at random, and other users to decide about.

    Parameters
    ----------
    seed : int
        Decides how users respond, who is in the log, what each got and who bought.

    Returns
    -------
    arguments : (DataFrame, DataFrame, float)
        The log, the users to serve, and the budget (USD).
    truth : (ndarray, ndarray, float)
        True expected gain and cost of the users to serve, shape (n_users, 4), and the budget.
    """
    rng = np.random.default_rng(seed)
    table = data.households_with_orders()
    p = data.response_to_faces(
        table,
        peak=rng.uniform(10, 24),
        width=rng.uniform(5, 10),
        regular_from=rng.uniform(7, 13),
        lift=(rng.uniform(0.02, 0.06), rng.uniform(0.35, 0.6)),
        steepness=rng.uniform(1.8, 3.2),
        half=(rng.uniform(2, 5), rng.uniform(0.1, 0.2)),
    )
    households = rng.permutation(table["household_id"].unique())
    in_log = table["household_id"].isin(households[: 2 * len(households) // 3]).to_numpy()
    logged = rng.choice(np.flatnonzero(in_log), N_LOGGED)
    served = rng.choice(np.flatnonzero(~in_log), N_SERVED, replace=False)
    # Without the number of the household: only what is known before the decision.
    known = ["baskets", "spend", "coupon_baskets", "recency", "order_value"]
    arm = rng.integers(0, len(data.FACES), N_LOGGED)
    trial = table.loc[logged, known].reset_index(drop=True)
    trial["face"] = np.array(data.FACES)[arm]
    trial["bought"] = (rng.random(N_LOGGED) < p[logged, arm]).astype(int)
    users, true_p = table.loc[served, known].reset_index(drop=True), p[served]
    gain = users["order_value"].to_numpy()[:, None] * (true_p - true_p[:, :1])
    budget = BUDGET_PER_USER * N_SERVED
    return (trial, users, budget), (gain, true_p * np.array(data.FACES), budget)


def share_of_best_gain(plan: Any, truth: tuple[np.ndarray, np.ndarray, float]) -> float:
    """True expected gain of a plan within the budget, as a share of the most that is possible.

    Coupons are handed out in the order of the rows until their true expected cost has used up the
    budget.
    """
    return gain_of_plan(plan, truth) / _most_gain(*truth)


def gain_of_plan(plan: Any, truth: tuple[np.ndarray, np.ndarray, float]) -> float:
    """True expected gain of a plan within the budget, USD."""
    gain, cost, budget = truth
    rows, face = np.arange(len(gain)), np.asarray(plan)
    paid = np.cumsum(cost[rows, face]) <= budget
    return float(gain[rows, face][paid].sum())


def _most_gain(gain: np.ndarray, cost: np.ndarray, budget: float) -> float:
    """The least upper bound by a price of the budget: no plan gains more."""

    def bound(price: float) -> float:
        return float((gain - price * cost).max(axis=1).sum() + price * budget)

    # The bound is convex in the price.
    highest = float((gain[:, 1:] / cost[:, 1:]).max())
    found = optimize.minimize_scalar(bound, bounds=(0, highest), method="bounded")
    return float(found.fun)


def problem_with_faces(value: Any, trial: pd.DataFrame, users: pd.DataFrame, budget: float) -> str:
    """What is wrong with a plan of face values, in one sentence; empty if nothing is."""
    plan = np.asarray(value)
    if plan.shape != (len(users),) or plan.dtype.kind not in "iu":
        return "return one whole number for each user: the index of the face value"
    if plan.min() < 0 or plan.max() >= len(data.FACES):
        return "an index is 0, 1, 2 or 3, for a face value of 0, 5, 10 or 20 USD"
    return ""
