"""Computes consumer_credit_models.csv: models for bad credits over twenty random splits.

    python datasets/consumer_credit_models.py

The card beside it says what it holds.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from utils import data  # noqa: E402 - found by the line above

CSV = Path(__file__).with_suffix(".csv")
SPLITS = range(20)
SEEDS = range(5)


def features(credit: pd.DataFrame) -> np.ndarray:
    """Numbers, long tails as logarithms, a flag where one is missing; a column for each class."""
    numbers = credit.select_dtypes("number").drop(columns="bad").astype(float)
    tails = ["income", "assets", "debt", "amount", "price", "seniority"]
    numbers[tails] = np.log1p(numbers[tails])
    gaps = numbers.isna().loc[:, numbers.isna().any()].add_prefix("no_")
    classes = pd.get_dummies(credit.select_dtypes(exclude="number"), dummy_na=True)
    parts = (numbers.fillna(numbers.median()), gaps, classes)
    return pd.concat(parts, axis=1).to_numpy(float)


def models(seeds: Sequence[int]) -> dict[str, Any]:
    """What is compared. Nothing was tuned on the rows that judge it."""
    networks = {
        f"network_{seed}": make_pipeline(
            StandardScaler(),
            MLPClassifier(hidden_layer_sizes=(32, 16), max_iter=30, random_state=seed),
        )
        for seed in seeds
    }
    return {
        "logistic": make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)),
        "tree": DecisionTreeClassifier(max_depth=6, min_samples_leaf=20, random_state=0),
        "forest": RandomForestClassifier(n_estimators=200, min_samples_leaf=3, random_state=0),
        "boosting_default": HistGradientBoostingClassifier(random_state=0),
        "boosting": HistGradientBoostingClassifier(
            max_iter=150, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=40, random_state=0
        ),
        **networks,
    }


def table(splits: Sequence[int] = SPLITS, seeds: Sequence[int] = SEEDS) -> pd.DataFrame:
    """A row for each split and model: seven tenths to learn from, the rest to judge."""
    credit = data.committed_table("consumer_credit")
    X, bad = features(credit), credit["bad"].to_numpy()
    rows = []
    for split in splits:
        order = np.random.default_rng(split).permutation(len(bad))
        train, test = np.split(order, [int(0.7 * len(bad))])
        scores = {"amount": credit["amount"].to_numpy()[test]}
        for name, model in models(seeds).items():
            with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
                scores[name] = model.fit(X[train], bad[train]).predict_proba(X[test])[:, 1]
        both = scores["logistic"] + scores["boosting"]
        for name, values in (scores | {"logistic_and_boosting": both}).items():
            area, ap = roc_auc_score(bad[test], values), average_precision_score(bad[test], values)
            rows.append({"split": split, "model": name, "average_precision": ap, "roc_auc": area})
    return pd.DataFrame(rows).round(4)


if __name__ == "__main__":
    table().to_csv(CSV, index=False, lineterminator="\n")
