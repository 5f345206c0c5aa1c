"""Computes forecast_weeks.csv and forecast_tuning.csv: forecasts of 34 weeks, and their tuning.

    python datasets/forecast_weeks.py

The results are committed, because a part of them takes minutes. The cards beside them say what they
hold.
"""

from __future__ import annotations

import functools
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.holtwinters import ExponentialSmoothing

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from solutions.ml_forecasting import direct_forecast, pooled_forecast  # noqa: E402
from utils import data  # noqa: E402

DEPARTMENTS = ("TOTAL", "GROCERY", "DRUG GM", "PRODUCE", "MEAT", "DELI")
TUNED_ON = range(126, 232, 7)
JUDGED_ON = range(238, 359, 7)
HORIZON = 7
SEEDS = range(3)
ORDER, SEASON = (1, 0, 1), (0, 1, 1, 7)
CSV = Path(__file__).with_suffix(".csv")
TUNING_CSV = CSV.with_name("forecast_tuning.csv")

Matrix = Callable[[np.ndarray, int], np.ndarray]


def boosting(
    trees: int = 100, rate: float = 0.05, leaves: int = 8, share: float = 1.0, seed: int = 0, **loss
) -> HistGradientBoostingRegressor:
    """Boosted trees that never stop early: scikit-learn does so by itself above 10,000 rows."""
    return HistGradientBoostingRegressor(
        max_iter=trees,
        learning_rate=rate,
        max_leaf_nodes=leaves,
        min_samples_leaf=10,
        max_features=share,
        early_stopping=False,
        random_state=seed,
        **loss,
    )


def ridge(alpha: float):
    """A linear regression with a penalty, on scaled columns."""
    return make_pipeline(StandardScaler(), Ridge(alpha=alpha))


def weekday_mean(weeks: int) -> Matrix:
    """Each day as the mean of the last same weekdays."""
    return lambda Y, o: Y[o - 7 * weeks : o].reshape(weeks, 7, -1).mean(axis=0)[:HORIZON]


def local(make_model: Callable[[], object]) -> Matrix:
    """A model for each series and each day ahead, of the logarithm (exercise 6.4)."""
    return lambda Y, o: np.exp(
        np.column_stack([direct_forecast(make_model, np.log(y), o, HORIZON) for y in Y.T])
    )


def pooled(make_model: Callable[[], object]) -> Matrix:
    """One model for all series and days ahead, of the relative logarithm (exercise 6.5)."""
    return lambda Y, o: pooled_forecast(make_model, Y, o, HORIZON)


def alone(make_model: Callable[[], object]) -> Matrix:
    """The target and the features of `pooled`, but a model for each series."""
    return lambda Y, o: np.column_stack(
        [pooled_forecast(make_model, y[:, None], o, HORIZON)[:, 0] for y in Y.T]
    )


def ets(Y: np.ndarray, o: int) -> np.ndarray:
    """Exponential smoothing of a level and a weekly season, of the logarithm."""
    with warnings.catch_warnings(action="ignore"):
        fits = [
            ExponentialSmoothing(
                np.log(y[:o]), seasonal="add", seasonal_periods=7, initialization_method="estimated"
            ).fit()
            for y in Y.T
        ]
    return np.exp(np.column_stack([fit.forecast(HORIZON) for fit in fits]))


def sarima(Y: np.ndarray, origins: Sequence[int]) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Mean and standard deviation of the logarithm, from each origin, of shape (7, n_series).

    The order is that of chapter 5. The weights are fitted at each origin, and the search for them
    starts at those of the origin before.
    """
    said: dict[int, list] = {o: [] for o in origins}
    for y in Y.T:
        start: np.ndarray | None = None
        for o in origins:
            with warnings.catch_warnings(action="ignore"):
                model = ARIMA(np.log(y[:o]), order=ORDER, seasonal_order=SEASON)
                fit = model.fit(start_params=start, cov_type="none")
                forecast = fit.get_forecast(HORIZON)
            start = fit.params
            said[o].append((forecast.predicted_mean, forecast.se_mean))
    return {
        o: (np.column_stack([mean for mean, _ in each]), np.column_stack([sd for _, sd in each]))
        for o, each in said.items()
    }


def candidates() -> dict[tuple[str, str], Matrix]:
    """What was tried on the weeks for tuning: a model and its setting."""
    tried: dict[tuple[str, str], Matrix] = {
        ("weekday_mean", f"{weeks} weeks"): weekday_mean(weeks) for weeks in (2, 4, 8, 12)
    }
    for alpha in (1, 10, 100, 1000):
        tried["ridge", f"penalty {alpha}"] = local(lambda alpha=alpha: ridge(alpha))
        tried["pooled_ridge", f"penalty {alpha}"] = pooled(lambda alpha=alpha: ridge(alpha))
    for trees, leaves in ((50, 4), (50, 8), (100, 4), (100, 8), (200, 8)):
        setting = f"{trees} trees, {leaves} leaves"

        def make(trees=trees, leaves=leaves):
            return boosting(trees, leaves=leaves)

        tried["boosting", setting] = local(make)
        tried["relative_boosting", setting] = alone(make)
        tried["pooled_boosting", setting] = pooled(make)
    return tried


def series() -> tuple[np.ndarray, np.ndarray]:
    """Sales as they were, and with the closed day filled from the week before."""
    sales = data.daily_sales(*DEPARTMENTS)
    return sales.to_numpy(), sales.fillna(sales.shift(7)).to_numpy()


def tuning(origins: Sequence[int] = TUNED_ON, models: Sequence[str] | None = None) -> pd.DataFrame:
    """The mean of the weekly WAPEs of the six series, for each candidate and origin."""
    sales, known = series()
    rows = []
    for (model, setting), forecast in candidates().items():
        if models is None or model in models:
            for o in origins:
                truth = sales[o : o + HORIZON]
                missed = np.abs(forecast(known, o) - truth).sum(axis=0) / truth.sum(axis=0)
                rows.append((model, setting, o, round(100 * missed.mean(), 3)))
    return pd.DataFrame(rows, columns=["model", "setting", "origin", "error"])


def best(table: pd.DataFrame) -> dict[str, str]:
    """For each model the setting with the least mean error."""
    mean = table.groupby(["model", "setting"])["error"].mean().unstack()
    return mean.idxmin(axis=1).to_dict()


def table(
    chosen: dict[str, str],
    origins: Sequence[int] = (*TUNED_ON, *JUDGED_ON),
    seeds: Sequence[int] = SEEDS,
    slow: bool = True,
) -> pd.DataFrame:
    """Sales and forecasts in USD, a row for each series and day that is forecast."""
    sales, known = series()
    tried = candidates()
    trees, leaves = (int(word) for word in chosen["pooled_boosting"].split() if word.isdigit())
    fitted = sarima(known, origins) if slow else {}
    unknown = np.full((HORIZON, len(DEPARTMENTS)), np.nan)
    blocks = []
    for o in origins:
        # The weeks before the race calibrate intervals, which takes three forecasts.
        needed = chosen if o in JUDGED_ON else {"weekday_mean", "pooled_boosting"} & set(chosen)
        said = dict.fromkeys(chosen, unknown)
        said |= {name: tried[name, chosen[name]](known, o) for name in needed}
        extra = {f"pooled_boosting_{seed}": {"share": 0.5, "seed": seed} for seed in seeds}
        for name, q in {"boosting_low": 0.1, "boosting_high": 0.9}.items():
            extra[name] = {"loss": "quantile", "quantile": q}
        said |= dict.fromkeys((*extra, "ets"), unknown)
        if o in JUDGED_ON:
            for name, setting in extra.items():
                # Half of the columns a split: this is what a seed can change.
                make = functools.partial(boosting, trees, leaves=leaves, **setting)
                said[name] = pooled(make)(known, o)
            said["ets"] = ets(known, o)
        if slow:
            mean, sd = fitted[o]
            # In units of 0.0001: the table keeps one digit after the point.
            said |= {"sarima": np.exp(mean), "sarima_sd": 10_000 * sd}
        for j, department in enumerate(DEPARTMENTS):
            days = np.arange(o, o + HORIZON)
            block = {"department": department, "origin": o, "day": days, "sales": sales[days, j]}
            blocks.append(pd.DataFrame(block | {name: f[:, j] for name, f in said.items()}))
    made = pd.concat(blocks, ignore_index=True)
    return made.sort_values(["department", "day"], kind="stable", ignore_index=True).round(1)


if __name__ == "__main__":
    tried = tuning()
    tried.to_csv(TUNING_CSV, index=False, lineterminator="\n")
    table(best(tried)).to_csv(CSV, index=False, lineterminator="\n")
