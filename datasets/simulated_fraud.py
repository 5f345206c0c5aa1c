"""Computes simulated_fraud.csv: models for fraud over ten draws of the generator, attack by attack.

    python datasets/simulated_fraud.py

The generator is `utils/fraud.py`. The table is committed, because it takes ten minutes; the card
beside it says what it holds.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, roc_auc_score
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from solutions.risk_control import misconceptions  # noqa: E402 - found by the line above
from utils import fraud  # noqa: E402

CSV = Path(__file__).with_suffix(".csv")
DRAWS = range(10)
CUTOFF, RETRAINED = fraud.LATE_DAY, 322
BUDGET, COST = 0.01, 5.0


def features(orders: pd.DataFrame) -> np.ndarray:
    """The features, those with a long tail as logarithms; trees do not mind."""
    table = orders[list(fraud.FEATURES)].astype(float)
    long = ["amount", "n_products", "units_per_product", "orders_2h", "orders_72h"]
    table[[*long, "hours_since_last"]] = np.log1p(table[[*long, "hours_since_last"]])
    return table.to_numpy()


def logistic() -> Any:
    """A plain logistic regression on scaled features."""
    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))


def tree() -> Any:
    """A tree of depth 8."""
    return DecisionTreeClassifier(max_depth=8, min_samples_leaf=20, random_state=0)


def forest() -> Any:
    """A hundred deep trees."""
    return RandomForestClassifier(n_estimators=100, min_samples_leaf=3, random_state=0)


def boosting() -> Any:
    """Gradient boosting with small trees and a small step."""
    return HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=40, random_state=0
    )


def network(seed: int) -> Any:
    """A network of 32 and 16 hidden units."""
    return make_pipeline(
        StandardScaler(),
        MLPClassifier(hidden_layer_sizes=(32, 16), max_iter=30, random_state=seed),
    )


def fitted(model: Any, X: np.ndarray, y: np.ndarray, X_new: np.ndarray) -> np.ndarray:
    """Probabilities of fraud."""
    with warnings.catch_warnings(action="ignore", category=ConvergenceWarning):
        return model.fit(X, y).predict_proba(X_new)[:, 1]


def anomaly(X: np.ndarray, X_new: np.ndarray) -> np.ndarray:
    """How easily an isolation forest parts an order from the rest; it reads no label."""
    model = IsolationForest(n_estimators=200, random_state=0).fit(X)
    return -model.score_samples(X_new)


def matured(orders: pd.DataFrame, cutoff: int) -> np.ndarray:
    """Orders whose label is final at the cutoff."""
    return (orders["day"] < cutoff - fraud.MOST_DELAY).to_numpy()


def base_scores(orders: pd.DataFrame, cutoff: int, judged: np.ndarray) -> dict[str, np.ndarray]:
    """What four models, learned at ``cutoff``, say of the ``judged`` orders."""
    X, y, old = (
        features(orders),
        fraud.observed_labels(orders, cutoff),
        matured(orders, cutoff),
    )
    scores = {
        name: fitted(model(), X[old], y[old], X[judged])
        for name, model in (("logistic", logistic), ("forest", forest), ("boosting", boosting))
    }
    return scores | {"isolation": anomaly(X[old], X[judged])}


def _log_odds(scores: dict[str, np.ndarray]) -> np.ndarray:
    columns = []
    for name, values in scores.items():
        if name == "isolation":
            columns.append(values)
        else:
            p = np.clip(values, 1e-4, 1 - 1e-4)
            columns.append(np.log(p / (1 - p)))
    return np.column_stack(columns)


def stacked(orders: pd.DataFrame, scores: dict[str, np.ndarray]) -> np.ndarray:
    """A logistic regression over the scores that older models gave to a later, matured period."""
    earlier = CUTOFF - 2 * fraud.MOST_DELAY
    judged = matured(orders, CUTOFF) & (orders["day"] >= earlier).to_numpy()
    y = fraud.observed_labels(orders, CUTOFF)[judged]
    past = _log_odds(base_scores(orders, earlier, judged))
    return fitted(logistic(), past, y, _log_odds(scores))


def queue(scores: np.ndarray) -> np.ndarray:
    """The best-scored orders that reviewers have time for."""
    return np.argsort(-scores, kind="stable")[: int(BUDGET * len(scores))]


def split_queue(first: np.ndarray, second: np.ndarray, mix: float) -> np.ndarray:
    """The queue of one model, with a share of the places given to another."""
    budget = int(BUDGET * len(first))
    head = np.argsort(-first, kind="stable")[: budget - int(budget * mix)]
    rest = np.argsort(-np.where(np.isin(np.arange(len(first)), head), -np.inf, second))
    return np.concatenate([head, rest[: budget - len(head)]])


def judged_queue(orders: pd.DataFrame, chosen: np.ndarray) -> dict[str, float]:
    """What a queue is worth: precision, the share of fraud stopped by money, and by attack."""
    caught = orders.iloc[chosen]
    lost = (orders["amount"] * orders["fraud"]).sum()
    row = {
        "precision": caught["fraud"].mean(),
        "saved": (caught["amount"] * caught["fraud"]).sum() / lost,
    }
    for attack in fraud.ATTACKS:
        row[attack] = (caught["attack"] == attack).sum() / (orders["attack"] == attack).sum()
    return row


def judged_scores(orders: pd.DataFrame, scores: np.ndarray) -> dict[str, float]:
    """Average precision and ROC area by the truth, and what the queue is worth."""
    return {
        "average_precision": average_precision_score(orders["fraud"], scores),
        "roc_auc": roc_auc_score(orders["fraud"], scores),
        **judged_queue(orders, queue(scores)),
    }


def quick_models(orders: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Rows that take a second: no forest, no network."""
    X, y, old = features(orders), fraud.observed_labels(orders, CUTOFF), matured(orders, CUTOFF)
    new = (orders["day"] >= CUTOFF).to_numpy()
    test = orders[new]
    scores = {
        "amount": test["amount"].to_numpy(),
        "logistic": fitted(logistic(), X[old], y[old], X[new]),
        "tree": fitted(tree(), X[old], y[old], X[new]),
        "boosting": fitted(boosting(), X[old], y[old], X[new]),
        "isolation": anomaly(X[old], X[new]),
    }
    by_value = scores["boosting"] * test["amount"].to_numpy()
    rows = {name: judged_scores(test, values) for name, values in scores.items()}
    rows["boosting_by_value"] = judged_queue(test, queue(by_value))
    return rows | _review_lists(test, scores["boosting"]) | _impatient(orders)


def _review_lists(orders: pd.DataFrame, p: np.ndarray) -> dict[str, dict[str, float]]:
    """What the list of exercise 9.1 saves after costs, right and with each of its defects."""
    amount, n = orders["amount"].to_numpy(), int(BUDGET * len(orders))
    lost = amount * orders["fraud"].to_numpy()
    rows = {}
    for name, review_list in {"correct": misconceptions.correct, **misconceptions.FLAWED}.items():
        reviewed = review_list(p, amount, COST, n)
        rows[f"list_{name}"] = {
            "precision": orders["fraud"].to_numpy()[reviewed].mean(),
            "saved": (lost[reviewed].sum() - COST * len(reviewed)) / lost.sum(),
        }
    return rows


def slow_models(orders: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Forests, ensembles and networks."""
    X, y, old = features(orders), fraud.observed_labels(orders, CUTOFF), matured(orders, CUTOFF)
    new = (orders["day"] >= CUTOFF).to_numpy()
    test = orders[new]
    base = base_scores(orders, CUTOFF, new)
    scores = {
        "forest": base["forest"],
        "mean_of_three": (base["logistic"] + base["forest"] + base["boosting"]) / 3,
        "forest_and_boosting": (base["forest"] + base["boosting"]) / 2,
        "higher_rank": np.maximum(rankdata(base["forest"]), rankdata(base["isolation"])),
        "stacked": stacked(orders, base),
    }
    for seed in range(5):
        scores[f"network_{seed}"] = fitted(network(seed), X[old], y[old], X[new])
    rows = {name: judged_scores(test, values) for name, values in scores.items()}
    by_value = base["forest"] * test["amount"].to_numpy()
    rows["forest_by_value"] = judged_queue(test, queue(by_value))
    for percent in (10, 20, 30, 50):
        chosen = split_queue(base["forest"], base["isolation"], percent / 100)
        rows[f"queue_split_{percent}"] = judged_queue(test, chosen)
    return rows | _leaky(orders) | _retrained(orders)


def _impatient(orders: pd.DataFrame) -> dict[str, dict[str, float]]:
    """What comes of not waiting: learning from labels that are not final, and judging by them."""
    X, y = features(orders), fraud.observed_labels(orders, CUTOFF)
    day = orders["day"].to_numpy()
    past, new = day < CUTOFF, day >= CUTOFF
    rows = {
        "learned_at_once": judged_scores(orders[new], fitted(boosting(), X[past], y[past], X[new]))
    }
    # A model of 60 days ago, asked today how it did since: by what is known, and by the truth.
    earlier = CUTOFF - fraud.MOST_DELAY
    old, since = matured(orders, earlier), past & (day >= earlier)
    known = fraud.observed_labels(orders, earlier)
    scores = fitted(boosting(), X[old], known[old], X[since])
    for name, label in (("judged_at_once", y), ("judged_by_truth", orders["fraud"].to_numpy())):
        rows[name] = {
            "average_precision": average_precision_score(label[since], scores),
            "roc_auc": roc_auc_score(label[since], scores),
        }
    return rows


def _leaky(orders: pd.DataFrame) -> dict[str, dict[str, float]]:
    """The same forest, judged in two ways that flatter it."""
    X, y = features(orders), orders["fraud"].to_numpy()
    rng = np.random.default_rng(0)
    copies = np.concatenate([np.arange(len(y)), np.repeat(np.flatnonzero(y), 20)])
    rows = {}
    for name, table in (("random_split", np.arange(len(y))), ("oversampled_first", copies)):
        held = rng.random(len(table)) < 0.25
        train, test = table[~held], table[held]
        scores = fitted(forest(), X[train], y[train], X[test])
        rows[name] = {
            "average_precision": average_precision_score(y[test], scores),
            "roc_auc": roc_auc_score(y[test], scores),
        }
    return rows


def _retrained(orders: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Six weeks into the new attack: the old forest, one on matured labels, one on all reports."""
    X, y = features(orders), fraud.observed_labels(orders, RETRAINED)
    new = (orders["day"] >= RETRAINED).to_numpy()
    old = matured(orders, CUTOFF)
    ripe = matured(orders, RETRAINED)
    # A report is certain on the day it comes in; only the absence of one has to mature.
    reported = ripe | ((y == 1) & ~new)
    before = fraud.observed_labels(orders, CUTOFF)
    scores = {
        "late_not_retrained": fitted(forest(), X[old], before[old], X[new]),
        "late_matured": fitted(forest(), X[ripe], y[ripe], X[new]),
        "late_all_reports": fitted(forest(), X[reported], y[reported], X[new]),
    }
    return {name: judged_scores(orders[new], values) for name, values in scores.items()}


def table(
    draws: Sequence[int] = DRAWS,
    parts: Sequence[Callable[[pd.DataFrame], dict]] = (quick_models, slow_models),
) -> pd.DataFrame:
    """A row for each draw and model."""
    rows = []
    for draw in draws:
        orders = fraud.simulated_fraud(draw)
        for part in parts:
            for model, row in part(orders).items():
                rows.append({"draw": draw, "model": model, **row})
    return pd.DataFrame(rows).round(4)


if __name__ == "__main__":
    table().to_csv(CSV, index=False, lineterminator="\n")
