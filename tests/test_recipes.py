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


def test_simulated_fraud():
    stored = data.committed_table("simulated_fraud").set_index(["draw", "model"])
    made = recipe("simulated_fraud")
    again = made.table(range(1), [made.quick_models]).set_index(["draw", "model"])
    assert list(stored.index.unique("draw")) == list(made.DRAWS)
    pd.testing.assert_frame_equal(stored.loc[again.index], again, atol=0.002)


def test_consumer_credit_models():
    stored = data.committed_table("consumer_credit_models").set_index(["split", "model"])
    made = recipe("consumer_credit_models")
    again = made.table(range(1), seeds=()).set_index(["split", "model"])
    assert list(stored.index.unique("split")) == list(made.SPLITS)
    pd.testing.assert_frame_equal(stored.loc[again.index], again, atol=0.002)
    assert {f"network_{seed}" for seed in made.SEEDS} <= set(stored.index.unique("model"))


def test_consumer_credit_is_what_its_card_says():
    credit = data.committed_table("consumer_credit")
    gaps = {"income": 381, "assets": 47, "debt": 18, "home": 6, "job": 2, "marital": 1}
    assert credit.shape == (4454, 14)
    assert round(credit["bad"].mean(), 2) == 0.28
    assert credit.isna().sum()[list(gaps)].to_dict() == gaps
    assert credit.drop(columns=list(gaps)).notna().all().all()
    assert set(credit["records"]) == {"yes", "no"}
    assert set(credit["job"].dropna()) == {"fixed", "partime", "freelance", "others"}
