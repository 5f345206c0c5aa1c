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


def test_neural_propensity():
    stored = data.committed_table("neural_propensity")
    # The cheap column is made again in full, of the networks only their number is looked at.
    again = recipe("neural_propensity").table(seeds=range(0))
    exact = ["household_id", "campaign_id", "y"]
    pd.testing.assert_frame_equal(stored[exact], again[exact])
    assert abs(stored["logistic"] - again["logistic"]).max() < 0.001
    assert list(stored.filter(like="mlp").columns) == [f"mlp_{seed}" for seed in range(5)]
