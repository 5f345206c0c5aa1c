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


def test_bandit_regret():
    stored = data.committed_table("bandit_regret").set_index(["policy", "seed"])
    again = recipe("bandit_regret").table(seeds=range(2), steps=3000)
    assert len(stored) == 7 * 40
    pd.testing.assert_frame_equal(stored.loc[again.index, again.columns], again, atol=0.11)
