"""Computes risk_decisions.csv: what is decided with scores, over ten draws of simulated fraud.

    python datasets/risk_decisions.py

The generator is `utils/fraud.py`, the models are those of `simulated_fraud.py`; the card
`simulated_fraud.md` says what each row is. The table is committed, because it takes some minutes.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

HERE = Path(__file__)
CSV = HERE.with_suffix(".csv")
_spec = importlib.util.spec_from_file_location(
    "simulated_fraud", HERE.parent / "simulated_fraud.py"
)
assert _spec and _spec.loader
models = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(models)
fraud = models.fraud

DRAWS = range(10)
CUTOFF, LATER = fraud.LATE_DAY, 322  # week 41 begins; six weeks later
REVIEW, MARGIN, FEE, FRICTION = 5.0, 0.25, 15.0, 10.0  # invented, as the chapter says
KEPT = 0.05
PASSES = (0.02, 0.1, 0.3)
N_DICE = 10


def log_odds_shift(p: np.ndarray, factor: float) -> np.ndarray:
    """The probabilities whose odds are ``factor`` times as large."""
    return factor * p / (factor * p + 1 - p)


def at_rate(p: np.ndarray, rate: float) -> np.ndarray:
    """The probabilities, with odds multiplied by one factor so that their mean is ``rate``."""
    low, high = 1e-3, 1e3
    for _ in range(60):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if log_odds_shift(p, middle).mean() < rate else (low, middle)
    return log_odds_shift(p, low)


def saved_by_rule(p: np.ndarray, test: pd.DataFrame, chosen: np.ndarray | None = None) -> float:
    """Share of the lost money that is saved, net of reviews, where p x amount is at least 5 USD.

    With ``chosen`` (row numbers) no other order is reviewed.
    """
    amount, bad = test["amount"].to_numpy(), test["fraud"].to_numpy()
    reviewed = p * amount >= REVIEW
    if chosen is not None:
        reviewed &= np.isin(np.arange(len(p)), chosen)
    return ((amount * bad)[reviewed].sum() - REVIEW * reviewed.sum()) / (amount * bad).sum()


def anomaly_queue(orders: pd.DataFrame, scores: dict[str, np.ndarray]) -> dict[str, float]:
    """Who stands in the 1 % queue of the isolation forest."""
    new = orders["day"] >= CUTOFF
    test, honest = orders[new], orders[new & (orders["fraud"] == 0)]
    usual, large = honest["amount"].median(), honest["amount"].quantile(0.99)
    queue = test.iloc[models.queue(scores["isolation"])]
    good = queue[queue["fraud"] == 0]
    row = {
        "queue: fraud": queue["fraud"].mean(),
        "queue: bulk resale": (queue["attack"] == "bulk_resale").mean(),
        "honest in queue: below the median amount": (good["amount"] < usual).mean(),
        "honest in queue: largest 1 % of amounts": (good["amount"] >= large).mean(),
        "honest in queue: another order within 2 hours": (good["orders_2h"] > 0).mean(),
        "all honest: another order within 2 hours": (honest["orders_2h"] > 0).mean(),
    }
    n = len(queue)
    kept = n - int(0.3 * n)
    by_model = models.queue(scores["forest"])
    split = models.split_queue(scores["forest"], scores["isolation"], 0.3)
    row["anomaly places: fraud"] = test["fraud"].to_numpy()[split[kept:]].mean()
    row["places they displace: fraud"] = test["fraud"].to_numpy()[by_model[kept:]].mean()
    return row


def priors(orders: pd.DataFrame, rng: np.random.Generator) -> dict[str, float]:
    """Boosting on all rows and on a sample of the honest, with and without its prior repaired."""
    X, known = models.features(orders), fraud.observed_labels(orders, CUTOFF)
    old = models.matured(orders, CUTOFF)
    new = (orders["day"] >= CUTOFF).to_numpy()
    test, truth = orders[new], orders["fraud"].to_numpy()[new]
    kept = old & ((known == 1) | (rng.random(len(known)) < KEPT))
    p = models.fitted(models.boosting(), X[old], known[old], X[new])
    sampled = models.fitted(models.boosting(), X[kept], known[kept], X[new])
    forms = {
        "all rows": p,
        "5 % of the honest": sampled,
        "5 % of the honest, corrected": log_odds_shift(sampled, KEPT),
        "all rows, true rate": at_rate(p, truth.mean()),
    }
    row = {}
    for name, values in forms.items():
        row[f"{name}: mean p"] = values.mean()
        row[f"{name}: average precision"] = average_precision_score(truth, values)
        row[f"{name}: reviews"] = (values * test["amount"].to_numpy() >= REVIEW).sum()
        row[f"{name}: saved, net"] = saved_by_rule(values, test)
        best = models.queue(values * test["amount"].to_numpy())
        row[f"{name}: saved, net, at most 1 %"] = saved_by_rule(values, test, best)
    bulk = (test["attack"] == "bulk_resale").to_numpy()
    row["all rows: mean p of bulk resale"] = p[bulk].mean()
    row["all rows: mean p of other frauds"] = p[(truth == 1) & ~bulk].mean()
    row["rate of the training orders"] = orders.loc[old, "fraud"].mean()
    row["true rate"] = truth.mean()
    return row | _recalibrated(orders, p, new)


def _recalibrated(orders: pd.DataFrame, p: np.ndarray, new: np.ndarray) -> dict[str, float]:
    """The rate of weeks 41 to 46 from the reports so far, and what it is worth in those after."""
    past = orders[orders["reported_day"] < CUTOFF]
    delays = np.sort((past["reported_day"] - past["day"]).to_numpy())
    test = orders[new]
    first = (test["day"] < LATER).to_numpy()
    seen = fraud.observed_labels(test, LATER)[first]
    # Of the frauds of a day, the share that has been reported by now: delays are known from before.
    waited = LATER - test["day"].to_numpy()[first]
    arrived = np.searchsorted(delays, waited, side="left") / len(delays)
    rate = seen.sum() / arrived.sum()
    later = test[~first]
    # One factor for the odds, found in the first six weeks, is applied to the weeks after them.
    odds = p[first] / (1 - p[first])
    fixed = at_rate(p[first], rate)
    factor = float(np.median((fixed / (1 - fixed)) / odds))
    forms = {"as learned": p[~first], "recalibrated": log_odds_shift(p[~first], factor)}
    forms["true rate"] = at_rate(p[~first], later["fraud"].mean())
    row = {"rate of six weeks, from reports": rate, "its truth": test["fraud"][first].mean()}
    for name, values in forms.items():
        row[f"after six weeks, {name}: mean p"] = values.mean()
        row[f"after six weeks, {name}: saved, net"] = saved_by_rule(values, later)
    row["after six weeks: true rate"] = later["fraud"].mean()
    return row


def costs(p: np.ndarray, amount: np.ndarray) -> dict[str, np.ndarray]:
    """What each action is expected to cost, USD, for every order."""
    lost = (1 - MARGIN) * amount + FEE
    return {
        "pass": p * lost,
        "review": np.full(len(p), REVIEW),
        "block": (1 - p) * (MARGIN * amount + FRICTION),
        # A code to the phone: 3 % of the honest give up, 85 % of the thieves are stopped.
        "step up": 0.1 + (1 - p) * 0.03 * MARGIN * amount + p * 0.15 * lost,
    }


def actions(orders: pd.DataFrame, p: np.ndarray) -> dict[str, float]:
    """What policies cost, as a share of the cost of passing every order."""
    new = orders["day"] >= CUTOFF
    amount, truth = (orders.loc[new, c].to_numpy() for c in ("amount", "fraud"))
    really = np.column_stack(list(costs(truth.astype(float), amount).values()))
    current = at_rate(p, truth.mean())

    def least(values: np.ndarray, n_actions: int) -> np.ndarray:
        return np.column_stack(list(costs(values, amount).values()))[:, :n_actions].argmin(axis=1)

    policies = {
        "pass or review": least(p, 2),
        "tiers at 0.02 and 0.2": np.digitize(p, [0.02, 0.2]),
        "least cost of three": least(p, 3),
        "least cost of three, true rate": least(current, 3),
        "least cost of four": least(p, 4),
        "least cost of four, true rate": least(current, 4),
    }
    rows = np.arange(len(p))
    nothing = really[:, 0].sum()
    return {f"cost: {name}": really[rows, do].sum() / nothing for name, do in policies.items()}


def selective(orders: pd.DataFrame, rng: np.random.Generator) -> dict[str, float]:
    """A model blocks its top 2 % on days 120 to 279; a logged die lets some of the blocked pass."""
    X, truth = models.features(orders), orders["fraud"].to_numpy()
    day = orders["day"].to_numpy()
    old, log = day < 120, (day >= 120) & (day < CUTOFF)
    score = models.fitted(models.boosting(), X[old], truth[old], X[log])
    judged = models.fitted(models.forest(), X[old], truth[old], X[log])
    y, amount = truth[log], orders["amount"].to_numpy()[log]
    blocked = np.zeros(len(y), dtype=bool)
    blocked[np.argsort(-score, kind="stable")[: int(0.02 * len(y))]] = True
    right = average_precision_score(y, judged)
    row = {"log: fraud rate": y.mean(), "log: average precision": right}
    for share in PASSES:
        rows = []
        for _ in range(N_DICE):
            passed = ~blocked | (rng.random(len(y)) < share)
            weight = np.where(blocked, 1 / share, 1.0)
            w = weight[passed]
            rows.append(
                {
                    "rate, labelled only": y[passed].mean() / y.mean() - 1,
                    "rate, blocked are honest": (y * passed).mean() / y.mean() - 1,
                    "rate, weighted": (w * y[passed]).sum() / w.sum() / y.mean() - 1,
                    "average precision, labelled only": average_precision_score(
                        y[passed], judged[passed]
                    )
                    - right,
                    "average precision, blocked are honest": average_precision_score(
                        y * passed, judged
                    )
                    - right,
                    "average precision, weighted": average_precision_score(
                        y[passed], judged[passed], sample_weight=w
                    )
                    - right,
                    "passed, USD lost": (y * amount)[blocked & passed].sum(),
                    "passed, orders": (blocked & passed).sum(),
                    "effective sample": w.sum() ** 2 / (w**2).sum() / passed.sum(),
                }
            )
        for name, value in pd.DataFrame(rows).mean().items():
            row[f"{share:.0%} pass, {name}"] = value
    return row


def table(draws: Sequence[int] = DRAWS, slow: bool = True) -> pd.DataFrame:
    """A row for each draw and measure; without ``slow`` only what needs no forest."""
    parts = []
    for draw in draws:
        orders = fraud.simulated_fraud(draw)
        rng = np.random.default_rng([draw, 90])
        new = (orders["day"] >= CUTOFF).to_numpy()
        X, known = models.features(orders), fraud.observed_labels(orders, CUTOFF)
        old = models.matured(orders, CUTOFF)
        row = priors(orders, rng)
        p = models.fitted(models.boosting(), X[old], known[old], X[new])
        row |= actions(orders, p)
        if slow:
            row |= selective(orders, rng)
            row |= anomaly_queue(orders, models.base_scores(orders, CUTOFF, new))
        parts += [{"draw": draw, "measure": name, "value": value} for name, value in row.items()]
    return pd.DataFrame(parts).round({"value": 5})


if __name__ == "__main__":
    table().to_csv(CSV, index=False, lineterminator="\n")
