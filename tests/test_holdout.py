"""Hold-outs: nothing of the future in what is given, and nothing that says whose a row is."""

import numpy as np
import pandas as pd
import pytest

from utils import catalogue, data
from utils.execution.outcomes import Outcome
from utils.exercises import BeatIt, Call
from utils.holdout import campaigns, departments, drops, spend


@pytest.mark.parametrize(
    "exercise",
    [
        each
        for topic in catalogue.topics()
        for each in catalogue.load(topic).values()
        if isinstance(each, BeatIt)
    ],
    ids=lambda each: each.name,
)
def test_predictions_in_whole_numbers_earn_what_they_earn_in_floats(exercise):
    """Whole numbers wrap around where a float is large: no interval is narrow by it."""
    (args,) = exercise.inputs(seed=0)
    predicted = np.asarray(exercise.baseline(*args))
    if predicted.dtype.kind != "f":
        pytest.skip("predicts no numbers but places in a list")
    _, truth = exercise.task(0)
    rng = np.random.default_rng(0)
    largest = np.iinfo(np.int64).max
    tried = [np.rint(predicted).astype(kind) for kind in (np.int64, np.int8, np.float16)]
    for ends in ((-largest - 1, -(2**62), 2**62, largest), (0, 2**62, largest)):
        # In order, as an interval has its ends.
        tried.append(np.sort(rng.choice(np.array(ends), predicted.shape)))
    # The centres are good, and the intervals have no width once it has wrapped around.
    tried.append(tried[0].copy())
    tried[-1][..., 1:] = (-(2**62), 2**62) if predicted.ndim == 3 else largest
    for value in tried:
        in_floats = value.astype(float)
        assert exercise.problem(value, *args) == exercise.problem(in_floats, *args)
        for metric in exercise.metrics:
            assert metric.measure(value, truth) == pytest.approx(
                metric.measure(in_floats, truth), rel=1e-9, nan_ok=True
            ), metric.name


def test_the_cost_of_an_order_is_that_of_one_number():
    """All samples at once as an order would cost nothing, and a whole number may wrap around."""
    task = catalogue.load("ml_forecasting")["order_quantity"]
    (least_cost,) = (each for each in task.properties if each.name == "least_cost")

    def holds(samples, value):
        args = (samples, 1, 9)
        return least_cost.holds(Call(args, args, value, task.reference(*args)))

    samples = np.array([3, 0, 7, 2])
    assert holds(samples, 0) and holds(samples, np.array(0.0))
    assert not holds(samples, 1)
    assert not holds(samples, samples)
    assert not holds(samples, "0")
    assert not holds(np.array([0]), np.array(-(2**63)))


@pytest.fixture(scope="module")
def features():
    return campaigns.campaign_features()


def test_campaign_features_are_complete(features):
    names = features.columns.drop(campaigns.NOT_FEATURES)
    assert features.shape == (5296, 26)
    assert np.isfinite(features[names].to_numpy(float)).all()
    assert (features[names] >= 0).all().all()
    assert not features.duplicated(["household_id", "campaign_id"]).any()
    redeemed = data.coupon_redemptions("household_id", "campaign_id").drop_duplicates()
    judged = redeemed["campaign_id"].isin(features["campaign_id"])
    assert features["y"].sum() == judged.sum()


def test_campaign_features_are_of_the_days_before_the_start(features):
    lines = data.transactions("household_id", "basket_id", "day", "sales_value", "coupon_disc")
    redeemed = data.coupon_redemptions()
    for row in features.sample(20, random_state=0).itertuples():
        mine = lines[(lines["household_id"] == row.household_id) & (lines["day"] < row.start_date)]
        recent = mine[mine["day"] >= row.start_date - pd.Timedelta(days=28)]
        assert row.baskets_28 == recent["basket_id"].nunique()
        assert row.sales_28 == pytest.approx(recent["sales_value"].sum())
        assert row.coupons_ever == (mine["coupon_disc"] > 0).sum()
        assert row.days_silent == (row.start_date - mine["day"].max()).days
        earlier = redeemed[
            (redeemed["household_id"] == row.household_id)
            & (redeemed["redemption_date"] < row.start_date)
        ]
        assert row.coupons_redeemed == len(earlier)
        assert row.campaigns_redeemed == earlier["campaign_id"].nunique()


def test_last_campaigns_are_split_by_time_and_say_nobodys_name(features):
    (train, y, test), truth = campaigns.last_campaigns(seed=3)
    assert not set(train.columns) & set(campaigns.NOT_FEATURES)
    assert list(train.columns) == list(test.columns)
    early, late = features["end_date"] <= "2017-10-03", features["start_date"] > "2017-10-03"
    assert (len(train), len(test)) == (early.sum(), late.sum())
    assert (len(y), len(truth)) == (len(train), len(test))
    assert np.append(y, truth).mean() == pytest.approx(0.15, abs=0.02)
    assert list(train.index) == list(range(len(train)))
    (other, _, _), _ = campaigns.last_campaigns(seed=4)
    assert not other.equals(train)


def test_who_finds_the_public_rows_again_earns_nothing(features):
    """An answer that carries the public table knows who redeemed: here that is worth nothing."""
    from solutions.propensity.exercises import propensity_scores as task

    public = features.drop(columns=campaigns.NOT_FEATURES)
    rows = {tuple(row): y for row, y in zip(public.to_numpy(), features["y"], strict=True)}
    earned = []
    for seed in range(6):
        (_, y, test), _ = campaigns.last_campaigns(seed)
        found = np.array([rows[tuple(row)] for row in test.to_numpy()])
        for yes, no in ((1.0, 0.0), (0.5, 0.1), (2 * y.mean(), 0.8 * y.mean())):
            earned.append(task.mark(lambda *args, p=np.where(found, yes, no): p, seed).points)
    assert max(earned) < 0.1 * task.points


def test_measures_of_probabilities():
    y, p = np.array([0, 1, 0, 1]), [0.25, 0.5, 0.5, 1.0]
    assert campaigns.minus_brier(p, y) == pytest.approx(-(0.0625 + 0.25 + 0.25) / 4)
    assert campaigns.average_precision([0.1, 0.9, 0.2, 0.8], y) == 1


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ([0.1, 0.2, 0.3], ""),
        (np.array([0, 1, 1]), ""),
        ([0.1, 0.2], "one number for each row"),
        ([[0.1], [0.2], [0.3]], "one number for each row"),
        (["a", "b", "c"], "one number for each row"),
        (np.array([False, True, True]), "one number for each row"),
        ([0.1, 0.2, 1.3], "from 0 to 1"),
        ([0.1, float("nan"), 0.3], "from 0 to 1"),
        ([0.2, 0.2, 0.2], "not all be the same"),
    ],
)
def test_problem_with_probabilities(value, problem):
    test = pd.DataFrame({"campaigns_sent": [1, 2, 3]})
    said = campaigns.problem_with_probabilities(value, test, np.array([0, 1, 0]), test)
    assert problem in said
    assert bool(said) == bool(problem)


def test_departments_come_in_units_of_their_own():
    known, future = departments.departments(np.random.default_rng(3), 2, 14)
    assert (known.shape, future.shape) == ((168, 20), (14, 20))
    assert (known > 0).all()
    assert (future > 0).all()
    assert len(set(known[0])) == 20
    sales = data.daily_sales(*departments.DEPARTMENTS).to_numpy()
    assert np.isnan(sales).any(axis=1).argmax() > departments.FIRST_UNUSED


def test_departments_are_drawn_by_the_generator_alone():
    draws = [departments.departments(np.random.default_rng(seed), 4, 28) for seed in (1, 1, 2)]
    for a, b, c in zip(*draws, strict=True):
        assert np.array_equal(a, b)
        assert not np.array_equal(a, c)


def test_simulated_drops_are_what_the_card_says():
    (cases,), (again, causes) = drops.simulated_drops(3)
    assert len(cases) == len(again) == len(causes) == 100
    for case, cause in zip(cases, causes, strict=True):
        assert case.shape == (600, 6)
        assert all(case[name].max() < size for name, size in drops.DROP_SIZES.items())
        inside = drops.cells_of(cause, case)
        share = case.loc[inside, "expected"].sum() / case["expected"].sum()
        assert len(cause) in (1, 2) and inside.sum() >= 4 and 0.019 < share < 0.251
    assert drops.mean_overlap(causes, (again, causes)) == 1
    assert drops.problem_with_groups(causes, cases) == ""


def test_groups_that_are_none_are_refused():
    (cases,), _ = drops.simulated_drops(3)
    for group in ({}, {"city": 1.5}, {"town": 1}, {"city": 99}, [1], dict.fromkeys("abc", 1)):
        assert drops.problem_with_groups([group] * 100, cases) != ""
    assert drops.problem_with_groups([{"city": 1}], cases) != ""


def test_simulated_spend_is_drawn_anew_and_split_by_time():
    (orders, customers, weeks), truth = spend.simulated_spend(seed=5)
    (other, _, _), _ = spend.simulated_spend(seed=6)
    assert weeks == 39
    assert len(customers) == len(truth) == spend.N_CUSTOMERS
    assert orders["day"].between(0, 272).all()
    assert not orders.duplicated(["customer_id", "day"]).any()
    assert set(orders["customer_id"]) == set(customers)
    assert 0.6 < (truth == 0).mean() < 0.85
    assert (truth >= 0).all()
    assert not orders.equals(other)


def test_the_public_customers_do_not_help_with_the_simulated_ones():
    """Who knows CDNOW by heart finds histories like these, and their future says nothing more."""
    table = data.cdnow()
    table["day"] = (table["day"] - table["day"].min()).dt.days
    later = table[table["day"] >= 273].groupby("customer_id")["value"].sum()
    past = table[table["day"] < 273].groupby("customer_id")
    public = pd.DataFrame({"days": past["day"].agg(tuple), "money": past["value"].sum()})
    public["future"] = later.reindex(public.index, fill_value=0.0)
    by_days = dict(tuple(public.groupby("days")[["money", "future"]]))
    (orders, customers, _), truth = spend.simulated_spend(seed=0)
    mine = orders.groupby("customer_id").agg(days=("day", tuple), money=("value", "sum"))
    unit = mine["money"].mean() / public["money"].mean()
    found = []
    for days, money in mine.loc[customers].itertuples(index=False):
        same = by_days.get(days)
        nearest = None if same is None else (same["money"] * unit - money).abs().argmin()
        found.append(0.0 if nearest is None else same["future"].iloc[nearest] * unit)
    again = mine["money"].loc[customers].to_numpy()
    assert spend.rank_correlation(found, truth) < spend.rank_correlation(again, truth)
    assert spend.top_tenth(found, truth) < spend.top_tenth(again, truth)


def continued(history, horizon, table):
    """Where the last days of a column went on in the public table, at the place most like them."""
    logs, public = np.log(history), np.log(table[: departments.FIRST_UNUSED])
    columns = []
    for mine in logs[-departments.SETTLED :].T:
        # By the day on which they end, by name, and by day among them.
        windows = np.lib.stride_tricks.sliding_window_view(public[:-horizon], len(mine), axis=0)
        shifts = mine - windows
        place, name = np.unravel_index(shifts.std(axis=2).argmin(), shifts.shape[:2])
        day = place + len(mine)
        columns.append(np.exp(public[day : day + horizon, name] + shifts[place, name].mean()))
    return np.column_stack(columns)


def test_whoever_brings_the_public_table_earns_nothing_by_it():
    table = data.daily_sales(*departments.DEPARTMENTS).to_numpy()

    def public_sales(history, horizon):
        centre = continued(history, horizon, table)[:, :, None]
        return np.concatenate([centre, 0.9 * centre, 1.1 * centre], axis=2)

    def public_orders(history, horizon, cu, co):
        return continued(history, horizon, table)

    for topic, attack in (("demand_forecasting", public_sales), ("ml_forecasting", public_orders)):
        (task,) = [each for each in catalogue.load(topic).values() if isinstance(each, BeatIt)]
        for seed in range(2):
            ((*args,),) = task.inputs(seed)
            assert task.judge([Outcome(value=attack(*args))], seed).points == 0
