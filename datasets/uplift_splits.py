"""Computes uplift_splits.csv: T-learners of the simulated trial over thirty random splits.

    python datasets/uplift_splits.py

The card of the trial, simulated_coupon_trial.md, says what it holds.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestRegressor

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from solutions.experiments_and_bandits import t_learner_uplift  # noqa: E402
from utils import data  # noqa: E402

CSV = Path(__file__).with_suffix(".csv")
SPLITS = range(30)
FEATURES = ["baskets", "spend", "recency", "coupon_baskets"]


def table(splits: Sequence[int] = SPLITS) -> pd.DataFrame:
    """A row for each split: a random half of the households learns, the other half is judged."""
    trial = data.simulated_coupon_trial(seed=0)
    households = np.unique(trial["household_id"])
    rows = []
    for split in splits:
        chosen = np.random.default_rng(split).permutation(households)[: len(households) // 2]
        test = trial["household_id"].isin(chosen)
        learn, judge = trial[~test], trial[test]
        t, y, tau = learn["treated"].to_numpy(), learn["bought"].to_numpy(), judge["tau"].to_numpy()
        X, new = (part[FEATURES].to_numpy(float) for part in (learn, judge))
        X2, new2 = (np.column_stack([x, x[:, FEATURES.index("recency")] ** 2]) for x in (X, new))

        def forest(seed: int = split) -> RandomForestRegressor:
            return RandomForestRegressor(n_estimators=60, min_samples_leaf=100, random_state=seed)

        scores = {
            "linear": t_learner_uplift(X, t, y, new),
            "linear_with_square": t_learner_uplift(X2, t, y, new2),
            "forest": t_learner_uplift(X, t, y, new, forest),
        }
        row = {"split": split, "everybody": tau.mean()}
        for name, score in scores.items():
            row[name] = tau[np.argsort(-score, kind="stable")[: int(0.2 * len(tau))]].mean()
        rows.append(row)
    return pd.DataFrame(rows).round(4)


if __name__ == "__main__":
    table().to_csv(CSV, index=False, lineterminator="\n")
