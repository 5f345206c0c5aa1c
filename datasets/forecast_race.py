"""Computes forecast_race.csv: ten ways to forecast a week, from the same origins.

    python datasets/forecast_race.py

Its result is committed, so that the chapter need not train thousands of models. The card beside it
says what it holds.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeRegressor
from statsmodels.tsa.arima.model import ARIMA

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from solutions.ml_forecasting import direct_forecast  # noqa: E402
from utils import data  # noqa: E402

# The series and the origins of chapter 5: the last 18 whole weeks of the year.
DEPARTMENTS = ("TOTAL", "GROCERY", "DRUG GM", "PRODUCE", "MEAT", "DELI")
ORIGINS = range(238, 359, 7)
HORIZON = 7
SEEDS = range(5)
CSV = Path(__file__).with_suffix(".csv")

Forecaster = Callable[[np.ndarray, int], np.ndarray]


def tree() -> DecisionTreeRegressor:
    """A small tree."""
    return DecisionTreeRegressor(max_depth=3, min_samples_leaf=5, random_state=0)


def boosting() -> HistGradientBoostingRegressor:
    """Small trees, one after the other; nothing in it is random."""
    return HistGradientBoostingRegressor(
        max_iter=100, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=10, random_state=0
    )


def forest(seed: int) -> RandomForestRegressor:
    """A hundred trees, each of other days."""
    return RandomForestRegressor(n_estimators=100, min_samples_leaf=3, random_state=seed)


def network(seed: int) -> TransformedTargetRegressor:
    """One hidden layer of 16 units, with inputs and target scaled and a strong ridge."""
    layers = MLPRegressor(hidden_layer_sizes=(16,), alpha=1.0, max_iter=1000, random_state=seed)
    return TransformedTargetRegressor(
        make_pipeline(StandardScaler(), layers), transformer=StandardScaler()
    )


def direct(make_model: Callable[[], object]) -> Forecaster:
    """Forecasts of the logarithm, as in the seasonal ARIMA of chapter 5: sales vary by a share."""
    return lambda y, o: np.exp(direct_forecast(make_model, np.log(y), o, HORIZON))


def detrended_tree(y: np.ndarray, o: int) -> np.ndarray:
    """A straight line through the logarithms before the origin, and a tree of what it leaves."""
    logs = np.log(y[:o])
    slope, level = np.polyfit(np.arange(o), logs, 1)
    rest = direct_forecast(tree, logs - (level + slope * np.arange(o)), o, HORIZON)
    return np.exp(level + slope * np.arange(o, o + HORIZON) + rest)


def weekday_mean(weeks: int) -> Forecaster:
    """Each day as the mean of the last same weekdays."""
    return lambda y, o: y[o - 7 * weeks : o].reshape(weeks, 7).mean(axis=0)[:HORIZON]


def sarima(y: np.ndarray, o: int) -> np.ndarray:
    """One regular and one seasonal error, and a level that comes back, fitted at each origin."""
    with warnings.catch_warnings(action="ignore"):
        fit = ARIMA(np.log(y[:o]), order=(1, 0, 1), seasonal_order=(0, 1, 1, 7)).fit()
    return np.exp(fit.forecast(HORIZON))


def models(seeds: Sequence[int]) -> dict[str, Forecaster]:
    """What each model says of the ``HORIZON`` days from day ``o`` on, knowing ``y[:o]``."""
    once: dict[str, Forecaster] = {
        "last_week": lambda y, o: y[o - 7 : o][:HORIZON],
        "weekday_mean": weekday_mean(8),
        "sarima": sarima,
        "linear": direct(LinearRegression),
        "ridge": direct(lambda: make_pipeline(StandardScaler(), Ridge(alpha=10.0))),
        "tree": direct(tree),
        "detrended_tree": detrended_tree,
        "boosting": direct(boosting),
    }
    forests = {f"forest_{seed}": direct(lambda seed=seed: forest(seed)) for seed in seeds}
    networks = {f"mlp_{seed}": direct(lambda seed=seed: network(seed)) for seed in seeds}
    return once | forests | networks


def table(
    departments: Sequence[str] = DEPARTMENTS,
    origins: Sequence[int] = ORIGINS,
    seeds: Sequence[int] = SEEDS,
) -> pd.DataFrame:
    """Sales and forecasts in USD, a row for each day that is forecast."""
    sales = data.daily_sales(*departments)
    # The shop was closed on one day: forecasters see the week before instead, nobody judges it.
    known = sales.fillna(sales.shift(7))
    blocks = []
    for department in departments:
        y = known[department].to_numpy()
        for o in origins:
            block = {name: model(y, o) for name, model in models(seeds).items()}
            days = np.arange(o, o + HORIZON)
            block = {"sales": sales[department].to_numpy()[days], **block}
            blocks.append(
                pd.DataFrame({"department": department, "origin": o, "day": days, **block})
            )
    return pd.concat(blocks, ignore_index=True).round(1)


if __name__ == "__main__":
    table().to_csv(CSV, index=False, lineterminator="\n")
