"""Who redeems a coupon: the chapter's logistic regression against a tuned LightGBM.

    python tests/benchmarks/propensity.py

The same features and campaigns for both: each campaign from 12 July on is predicted from those that
had ended before it began, and the predictions are pooled. The settings of LightGBM are the best of
60 random ones by the log loss in five folds of households, on the campaigns ended by 11 July.
The second row of LightGBM has the settings that would have been best in hindsight, by the average
precision on the very rows that judge it: a bound, not a result. Intervals resample households.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

N_SETTINGS, N_RESAMPLES = 60, 500
FIRST_JUDGED = pd.Timestamp("2017-07-12")
NOT_FEATURES = ["household_id", "campaign_id", "start_date", "end_date", "y"]


def rolling(fit, table: pd.DataFrame) -> np.ndarray:
    judged = table[table["start_date"] >= FIRST_JUDGED]
    parts = []
    for start, rows in judged.groupby("start_date"):
        ended = table[table["end_date"] < start]
        parts.append(
            fit(ended.drop(columns=NOT_FEATURES), ended["y"], rows.drop(columns=NOT_FEATURES))
        )
    return np.concatenate(parts)


def random_settings(rng: np.random.Generator) -> dict:
    return {
        "n_estimators": int(rng.choice([50, 100, 200, 400])),
        "learning_rate": float(rng.choice([0.01, 0.02, 0.05, 0.1])),
        "num_leaves": int(rng.choice([3, 4, 6, 8, 16])),
        "min_child_samples": int(rng.choice([10, 20, 50, 100])),
        "reg_lambda": float(rng.choice([0.0, 1.0, 10.0])),
        "colsample_bytree": float(rng.choice([0.3, 0.6, 1.0])),
        "subsample": float(rng.choice([0.6, 0.8, 1.0])),
    }


def child(features: str, out: str) -> None:
    import lightgbm
    from sklearn.metrics import average_precision_score, log_loss
    from sklearn.model_selection import GroupKFold

    table = pd.read_csv(features, parse_dates=["start_date", "end_date"])
    known = table[table["end_date"] < FIRST_JUDGED].reset_index(drop=True)
    X, y = known.drop(columns=NOT_FEATURES), known["y"]
    folds = list(GroupKFold(5).split(X, y, known["household_id"]))
    truth = table.loc[table["start_date"] >= FIRST_JUDGED, "y"]

    def fit(settings, X, y, X_new):
        model = lightgbm.LGBMClassifier(
            **settings, subsample_freq=1, random_state=0, deterministic=True, verbose=-1, n_jobs=1
        )
        return model.fit(X, y).predict_proba(X_new)[:, 1]

    rng = np.random.default_rng(0)
    trials = []
    for settings in [random_settings(rng) for _ in range(N_SETTINGS)]:
        inner = np.zeros(len(y))
        for train, test in folds:
            inner[test] = fit(settings, X.iloc[train], y.iloc[train], X.iloc[test])
        outer = rolling(lambda *data, settings=settings: fit(settings, *data), table)
        trials.append((log_loss(y, inner), average_precision_score(truth, outer), outer, settings))
    default = rolling(lambda *data: fit({}, *data), table)
    tuned, hindsight = min(trials, key=lambda t: t[0]), max(trials, key=lambda t: t[1])
    np.savez(out, tuned=tuned[2], hindsight=hindsight[2], default=default)
    print(json.dumps({"settings": tuned[3]}))


def scores(y: np.ndarray, p: np.ndarray) -> np.ndarray:
    from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

    from solutions.propensity.reference import calibration_table

    ece = calibration_table(y, p, 10)[1]
    return np.array(
        [
            roc_auc_score(y, p),
            average_precision_score(y, p),
            brier_score_loss(y, p),
            ece,
            y[np.argsort(-p, kind="stable")[: len(y) // 10]].mean() / y.mean(),
        ]
    )


def main() -> None:
    import _peers

    from solutions.propensity.reference import propensity_scores
    from utils.holdout import campaigns as holdout

    table = holdout.campaign_features()
    judged = table[table["start_date"] >= FIRST_JUDGED]
    y, households = judged["y"].to_numpy(), judged["household_id"].to_numpy()
    python = _peers.environment("lightgbm==4.6.0", "scikit-learn", "pandas")
    with tempfile.TemporaryDirectory() as folder:
        features, out = Path(folder) / "features.csv", Path(folder) / "probabilities.npz"
        table.to_csv(features, index=False)
        row = _peers.measure(python, Path(__file__), "--child", features, out)
        theirs = dict(np.load(out))
    ours = rolling(propensity_scores, table)
    models = {
        "our logistic": ours,
        "LightGBM tuned": theirs["tuned"],
        "LightGBM in hindsight": theirs["hindsight"],
        "LightGBM defaults": theirs["default"],
        "base rate": rolling(lambda X, y, X_new: np.full(len(X_new), y.mean()), table),
    }
    print(_peers.machine())
    print(f"{len(y)} pairs, {y.mean():.3f} redeemed; LightGBM: {row['settings']}")
    print(f"{'model':<23}{'AUC':>7}{'AP':>7}{'Brier':>8}{'ECE':>7}{'lift':>6}  AP minus ours")
    rng = np.random.default_rng(0)
    rows_of = list(pd.Series(range(len(y))).groupby(households).indices.values())
    draws = [
        np.concatenate([rows_of[i] for i in rng.integers(0, len(rows_of), len(rows_of))])
        for _ in range(N_RESAMPLES)
    ]
    for name, p in models.items():
        auc, ap, brier, ece, lift = scores(y, p)
        gaps = [scores(y[d], p[d])[1] - scores(y[d], ours[d])[1] for d in draws]
        low, high = np.quantile(gaps, [0.025, 0.975])
        if name != "our logistic":
            what = zip(("AUC", "AP", "Brier"), scores(y, ours), (auc, ap, brier), strict=False)
            for measure, mine, its in what:
                _peers.report(
                    "who redeems a coupon",
                    measure,
                    name,
                    quality=(float(mine), float(its)),
                    less_is_better=measure == "Brier",
                )
        print(
            f"{name:<23}{auc:>7.3f}{ap:>7.3f}{brier:>8.4f}{ece:>7.3f}{lift:>6.2f}"
            f"  {ap - scores(y, ours)[1]:+.3f} [{low:+.3f}, {high:+.3f}]"
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
