"""Committed tables are what their recipes make: a part of each is made again."""

import importlib.util

import pandas as pd

from utils import data
from utils.exercise import ROOT


def recipe(name):
    spec = importlib.util.spec_from_file_location(name, ROOT / "datasets" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_neural_new_types():
    stored = data.committed_table("neural_new_types").set_index("household_id")
    again = recipe("neural_new_types").table(seeds=range(1))
    assert list(stored.index) == list(again.index)
    exact = ["most_popular", "user_neighbours", "hybrid"]
    pd.testing.assert_frame_equal(stored[exact], again[exact])
    # How a network's weights are rounded differs between processors; its lists hardly do.
    assert abs(stored["mlp_0"] - again["mlp_0"]).mean() < 0.002
    assert list(stored.filter(like="mlp").columns) == [f"mlp_{seed}" for seed in range(5)]


def test_forecast_race():
    stored = data.committed_table("forecast_race")
    made, last = recipe("forecast_race"), stored["origin"].max()
    # Each day ahead has a model of its own, so the first two can be made without the others.
    made.HORIZON = 2
    again = made.table(("MEAT",), origins=(last,), seeds=range(1))
    part = stored[(stored["department"] == "MEAT") & stored["day"].isin([last, last + 1])]
    part = part.reset_index(drop=True)
    exact = ["day", "sales", "last_week", "weekday_mean", "linear", "ridge", "tree"]
    pd.testing.assert_frame_equal(part[exact], again[exact], rtol=1e-4)
    # Searches for an optimum end a little apart on different processors.
    for name, apart in {"sarima": 0.01, "boosting": 0.02, "forest_0": 0.02, "mlp_0": 0.05}.items():
        assert abs(part[name] / again[name] - 1).max() < apart
    seeds = [f"{name}_{seed}" for name in ("forest", "mlp") for seed in range(5)]
    assert list(stored.columns[-10:]) == seeds
    assert stored.groupby("department").size().eq(18 * 7).all()
