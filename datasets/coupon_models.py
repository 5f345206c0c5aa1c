"""Computes coupon_models.csv: what plans from estimated curves promise, and what they are worth.

    python datasets/coupon_models.py

Its result is committed, because two hundred models take minutes. The card beside it says what it
holds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from solutions.budget_allocation import (  # noqa: E402 - found by the line above
    allocate_budget,
    gain_and_cost,
    gain_bound,
    plan_effect,
    price_of_budget,
)
from utils import data  # noqa: E402

DRAWS = range(10)
PER_USER = 0.30
KNOWN = ["baskets", "spend", "coupon_baskets", "recency"]
CHANCES = [f"p_{face}" for face in data.FACES]
CSV = Path(__file__).with_suffix(".csv")

# Trial rows to learn from and users: the chance to buy with each face value.
Curves = Callable[[pd.DataFrame, pd.DataFrame], np.ndarray]


def separate(model: object) -> Curves:
    """One model for each face value."""

    def curves(trial: pd.DataFrame, users: pd.DataFrame) -> np.ndarray:
        p = []
        for face in data.FACES:
            rows = trial[trial["face"] == face]
            fitted = clone(model).fit(rows[KNOWN], rows["bought"])
            p.append(fitted.predict_proba(users[KNOWN])[:, 1])
        return np.column_stack(p)

    return curves


def joint(model: object) -> Curves:
    """One model with the face value as a feature."""

    def curves(trial: pd.DataFrame, users: pd.DataFrame) -> np.ndarray:
        fitted = clone(model).fit(trial[[*KNOWN, "face"]], trial["bought"])
        p = [fitted.predict_proba(users[KNOWN].assign(face=face))[:, 1] for face in data.FACES]
        return np.column_stack(p)

    return curves


def forest(leaf: int) -> RandomForestClassifier:
    """A forest whose leaves hold at least so many rows."""
    return RandomForestClassifier(50, min_samples_leaf=leaf, random_state=0, n_jobs=1)


BOOSTING = HistGradientBoostingClassifier(min_samples_leaf=100, random_state=0)
MONOTONE = HistGradientBoostingClassifier(
    min_samples_leaf=100, monotonic_cst={"face": 1}, random_state=0
)
MODELS: dict[str, Curves] = {
    "separate forests, leaf 20": separate(forest(20)),
    "separate forests, leaf 100": separate(forest(100)),
    "separate logistic": separate(make_pipeline(StandardScaler(), LogisticRegression())),
    "separate boosting": separate(BOOSTING),
    "joint forests, leaf 100": joint(forest(100)),
    "joint boosting": joint(BOOSTING),
    "joint boosting, monotone": joint(MONOTONE),
}
LEADER = "joint boosting, monotone"


def shrunk(p: np.ndarray) -> np.ndarray:
    """The same curves with half of every difference to no coupon."""
    return p[:, :1] + (p - p[:, :1]) / 2


def halves(draw: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A trial, split by household: one half to learn from, one to serve."""
    trial = data.simulated_face_value_trial(draw)
    households = np.random.default_rng(draw).permutation(trial["household_id"].unique())
    learn = trial["household_id"].isin(households[: len(households) // 2])
    return trial[learn], trial[~learn].reset_index(drop=True)


def planned(p: np.ndarray, served: pd.DataFrame, budget: float) -> np.ndarray:
    """The plan that estimated curves lead to; a cost must rise with the face value."""
    gain, cost = gain_and_cost(p, served["order_value"].to_numpy(), np.array(data.FACES))
    cost = np.maximum.accumulate(cost + 1e-9 * np.arange(len(data.FACES)), axis=1)
    return np.array(allocate_budget(gain, cost, budget))


def row(p: np.ndarray, served: pd.DataFrame) -> dict[str, float]:
    """What a plan from the curves promises, gains, costs, and how a random log judges it."""
    n, faces, value = len(served), np.array(data.FACES), served["order_value"].to_numpy()
    budget, users = PER_USER * n, np.arange(n)
    plan = planned(p, served, budget)
    hoped, _ = gain_and_cost(p, value, faces)
    gain, cost = gain_and_cost(served[CHANCES].to_numpy(), value, faces)
    # The budget to plan with, so that the plan in truth costs the budget.
    low, high = 0.2 * budget, 5 * budget
    for _ in range(20):
        middle = (low + high) / 2
        spent = cost[users, planned(p, served, middle)].sum()
        low, high = (middle, high) if spent < budget else (low, middle)
    arm = np.searchsorted(faces, served["face"])
    effect, lowest, highest = plan_effect(arm, served["sales"], np.full(4, 0.25), plan)
    return {
        "best": gain_bound(gain, cost, budget, price_of_budget(gain, cost, budget)) / n,
        "promised": hoped[users, plan].sum() / n,
        "true": gain[users, plan].sum() / n,
        "spent": cost[users, plan].sum() / n,
        "true_at_equal_spend": gain[users, planned(p, served, low)].sum() / n,
        "judged": effect,
        "low": lowest,
        "high": highest,
    }


def leads(p: np.ndarray, other: np.ndarray, served: pd.DataFrame) -> dict[str, float]:
    """How much more one plan brings than another, judged by the same random log, with 95 %."""
    arm = np.searchsorted(np.array(data.FACES), served["face"])
    mine, yours = (arm == planned(q, served, PER_USER * len(served)) for q in (p, other))
    d = 4 * (mine.astype(float) - yours) * served["sales"].to_numpy()
    half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return {"lead": d.mean(), "lead_low": d.mean() - half, "lead_high": d.mean() + half}


def table(draws: Iterable[int] = DRAWS, models: Iterable[str] = MODELS) -> pd.DataFrame:
    """One row for each draw and model: USD per user."""
    rows = []
    for draw in draws:
        learn, served = halves(draw)
        curves = {name: MODELS[name](learn, served) for name in models}
        if "separate forests, leaf 100" in curves:
            half = shrunk(curves["separate forests, leaf 100"])
            curves["separate forests, leaf 100, half"] = half
        for m, p in curves.items():
            lead = leads(curves[LEADER], p, served) if LEADER in curves else {}
            rows.append({"draw": draw, "model": m, **row(p, served), **lead})
    return pd.DataFrame(rows).round(4)


if __name__ == "__main__":
    table().to_csv(CSV, index=False)
