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


def test_bpr_new_items():
    stored = data.committed_table("bpr_new_items").set_index("household_id")
    made = recipe("bpr_new_items")
    made.POWERS = {"uniform": 0.0}
    again = made.table(seeds=range(1), passes=1)
    assert list(stored.index) == list(again.index)
    assert list(stored) == [
        f"{way}_{seed}" for way in ("uniform", "by_popularity") for seed in range(3)
    ]
    # One pass of ten has learned a part of what ten have.
    assert 0.3 < again["uniform_0"].mean() / stored["uniform_0"].mean() < 1.1


def test_movielens_is_what_its_card_says():
    ratings = data.movielens()
    assert ratings.shape == (100_004, 4)
    assert (ratings["user_id"].nunique(), ratings["movie_id"].nunique()) == (671, 9066)
    assert set(ratings["rating"]) == {x / 2 for x in range(1, 11)}
    assert ratings.groupby("user_id")["day"].is_monotonic_increasing.all()
    assert ratings.groupby("user_id").size().min() == 20
    assert round((ratings.groupby("user_id")["day"].nunique() == 1).mean(), 2) == 0.58
    assert (ratings.loc[ratings["day"] < "2003-05-01", "rating"] % 1 == 0).all()
    assert list(data.movielens("rating", "user_id")) == ["rating", "user_id"]


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


def test_risk_decisions():
    stored = data.committed_table("risk_decisions").set_index(["draw", "measure"])
    made = recipe("risk_decisions")
    again = made.table(range(1), slow=False).set_index(["draw", "measure"])
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


def test_uplift_splits():
    stored = data.committed_table("uplift_splits").set_index("split")
    again = recipe("uplift_splits").table(range(1)).set_index("split")
    assert list(stored.index) == list(range(30))
    pd.testing.assert_frame_equal(stored.loc[again.index], again, atol=0.002)


def test_coupon_gaps():
    stored = data.committed_table("coupon_gaps").set_index(["users", "draw"])
    again = (
        recipe("coupon_gaps").table(users=(20, 200), draws=range(2)).set_index(["users", "draw"])
    )
    assert len(stored) == 30
    pd.testing.assert_frame_equal(stored.loc[again.index], again, rtol=1e-5)


def test_coupon_models():
    stored = data.committed_table("coupon_models").set_index(["draw", "model"])
    again = recipe("coupon_models")
    again = again.table(range(1), ["separate logistic", again.LEADER])
    again = again.set_index(["draw", "model"])
    assert stored.index.unique("draw").tolist() == list(range(10))
    pd.testing.assert_frame_equal(stored.loc[again.index], again, atol=0.005)


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


def test_forecast_weeks():
    stored, tried = data.committed_table("forecast_weeks"), data.committed_table("forecast_tuning")
    made, last = recipe("forecast_weeks"), stored["origin"].max()
    assert tuple(stored["origin"].unique()) == (*made.TUNED_ON, *made.JUDGED_ON)
    assert set(tried["origin"]) == set(made.TUNED_ON)
    assert tried.groupby(["model", "setting"]).size().eq(16).all()
    models = ("weekday_mean", "pooled_ridge")
    again = made.tuning((126, 133), models)
    part = tried[tried["model"].isin(models) & tried["origin"].isin((126, 133))]
    keys = ["model", "setting", "origin"]
    merged = part.merge(again, on=keys, suffixes=("", "_again"))
    assert len(merged) == len(again)
    assert abs(merged["error"] - merged["error_again"]).max() < 0.02
    # From one late origin, what trains in seconds.
    chosen = {name: made.best(tried)[name] for name in (*models, "pooled_boosting")}
    again = made.table(chosen, origins=(last,), seeds=range(1), slow=False)
    part = stored[stored["origin"] == last].reset_index(drop=True)
    for name, apart in {
        **dict.fromkeys(models, 0.001),
        "pooled_boosting": 0.02,
        "ets": 0.01,
    }.items():
        assert abs(part[name] / again[name] - 1).max() < apart, name


def test_arima_orders():
    stored = data.committed_table("arima_orders")
    made = recipe("arima_orders")
    assert stored.groupby("department").size().eq(36).all()
    again = made.table(("MEAT",), {"p": 1, "q": 0, "P": 0, "Q": 1})
    merged = again.merge(stored, on=["department", "p", "q", "P", "Q"])
    assert len(merged) == len(again)
    assert abs(merged["aicc_x"] - merged["aicc_y"]).max() < 0.1


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


def test_simulated_drops():
    stored = data.committed_table("simulated_drops").set_index("seed")
    made = recipe("simulated_drops")
    again = made.table(made.SEEDS[:1]).set_index("seed")
    assert len(stored) == 100 * len(made.SEEDS)
    # Two groups with nearly equal scores may change places between processors.
    apart = (stored.loc[again.index.unique()] - again).abs()
    assert (apart > 0.001).sum().max() <= 2
