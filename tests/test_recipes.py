"""Committed tables are what their recipes make: a part of each is made again."""

import importlib.util

import pandas as pd

from utils import data
from utils.catalogue import ROOT


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


def test_neural_segments():
    stored = data.committed_table("neural_segments").set_index(["way", "seed"])
    module = recipe("neural_segments")
    module.N_RESAMPLES = 1
    again = module.table(seeds=range(1)).set_index(["way", "seed"])
    # Where k-means ends may differ a little between processors, and a network's weights more.
    for way, tolerance in (("RFM", 0.05), ("PCA", 0.05), ("network", 0.3)):
        for column in ("explained", "resample_0"):
            assert abs(stored.loc[(way, 0), column] - again.loc[(way, 0), column]) < tolerance
    assert stored.shape == (15, 11)


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


def test_bandit_regret():
    stored = data.committed_table("bandit_regret").set_index(["policy", "seed"])
    again = recipe("bandit_regret").table(seeds=range(2), steps=3000)
    assert len(stored) == 7 * 40
    pd.testing.assert_frame_equal(stored.loc[again.index, again.columns], again, atol=0.11)


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
    assert tuple(stored["department"].unique()) == made.DEPARTMENTS
    assert stored.groupby("department").size().eq(18 * 7).all()


def test_neural_propensity():
    stored = data.committed_table("neural_propensity")
    # The cheap column is made again in full, of the networks only their number is looked at.
    again = recipe("neural_propensity").table(seeds=range(0))
    exact = ["household_id", "campaign_id", "y"]
    pd.testing.assert_frame_equal(stored[exact], again[exact])
    assert abs(stored["logistic"] - again["logistic"]).max() < 0.001
    assert list(stored.filter(like="mlp").columns) == [f"mlp_{seed}" for seed in range(5)]


def test_consumer_credit_is_what_its_card_says():
    credit = data.committed_table("consumer_credit")
    gaps = {"income": 381, "assets": 47, "debt": 18, "home": 6, "job": 2, "marital": 1}
    assert credit.shape == (4454, 14)
    assert round(credit["bad"].mean(), 2) == 0.28
    assert credit.isna().sum()[list(gaps)].to_dict() == gaps
    assert credit.drop(columns=list(gaps)).notna().all().all()
    assert set(credit["records"]) == {"yes", "no"}
    assert set(credit["job"].dropna()) == {"fixed", "partime", "freelance", "others"}
