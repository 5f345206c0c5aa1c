"""Computes coupon_gaps.csv: how far simple rules are from the best whole-number plan.

    python datasets/coupon_gaps.py

Its result is committed, because an exact solver takes seconds for each plan and writes to the
screen. The card beside it says what it holds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import optimize, sparse

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from solutions.budget_allocation import (  # noqa: E402 - found by the line above
    allocate_budget,
    gain_and_cost,
    gain_bound,
    price_of_budget,
)
from utils import data  # noqa: E402

USERS, DRAWS, PER_USER = (20, 200, 2000), range(10), 0.30
CSV = Path(__file__).with_suffix(".csv")


def drawn(n_users: int, draw: int) -> tuple[np.ndarray, np.ndarray, float]:
    """True gain and cost of users of the simulated trial, and their budget."""
    trial = data.simulated_face_value_trial(0).sample(n_users, random_state=draw)
    p = trial[[f"p_{face}" for face in data.FACES]].to_numpy()
    gain, cost = gain_and_cost(p, trial["order_value"].to_numpy(), np.array(data.FACES))
    return gain, cost, PER_USER * n_users


def exact(gain: np.ndarray, cost: np.ndarray, budget: float) -> float:
    """The gain of the best whole-number plan, by HiGHS to a relative 1e-9."""
    n_users, n_faces = gain.shape
    one_each = sparse.kron(sparse.eye_array(n_users), np.ones((1, n_faces)))
    rows = [
        optimize.LinearConstraint(one_each, 1, 1),
        optimize.LinearConstraint(sparse.csr_array(cost.reshape(1, -1)), -np.inf, budget),
    ]
    found = optimize.milp(
        -gain.ravel(),
        integrality=np.ones(gain.size),
        bounds=optimize.Bounds(0, 1),
        constraints=rows,
        options={"mip_rel_gap": 1e-9, "time_limit": 60},
    )
    return float(-found.fun)


def table(users: Iterable[int] = USERS, draws: Iterable[int] = DRAWS) -> pd.DataFrame:
    """One row for each number of users and draw: USD."""
    rows = []
    for n_users in users:
        for draw in draws:
            gain, cost, budget = drawn(n_users, draw)
            price, everybody = price_of_budget(gain, cost, budget), np.arange(n_users)
            at_price = (gain - price * cost).argmax(axis=1)
            plan = allocate_budget(gain, cost, budget)
            rows.append(
                {
                    "users": n_users,
                    "draw": draw,
                    "bound": gain_bound(gain, cost, budget, price),
                    "exact": exact(gain, cost, budget),
                    "steps": gain[everybody, plan].sum(),
                    "price": gain[everybody, at_price].sum(),
                }
            )
    return pd.DataFrame(rows).round(6)


if __name__ == "__main__":
    table().to_csv(CSV, index=False)
