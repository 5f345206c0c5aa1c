"""The generator of fraud: what its card says, and that no feature looks ahead."""

import numpy as np
import pandas as pd
import pytest

from utils import fraud


@pytest.fixture(scope="module")
def orders():
    return fraud.simulated_fraud(seed=4)


def test_same_seed_same_orders(orders):
    pd.testing.assert_frame_equal(orders, fraud.simulated_fraud(seed=4))
    assert not orders["time"].equals(fraud.simulated_fraud(seed=5)["time"])


def test_card_of_the_generator(orders):
    assert 33_000 < len(orders) < 42_000
    assert 0.010 < orders["fraud"].mean() < 0.013
    assert orders["time"].is_monotonic_increasing
    assert orders[list(fraud.FEATURES)].notna().all().all()
    assert orders["discount_share"].between(0, 1).all()
    assert (orders["fraud"] == (orders["attack"] != "")).all()
    shares = orders["attack"].value_counts() / orders["fraud"].sum()
    for attack, share in fraud.ATTACKS.items():
        # Orders that would fall into the next year are lost.
        assert abs(shares[attack] - share) < 0.04
    assert orders.loc[orders["attack"] == "bulk_resale", "week"].min() == 41


def test_reports_come_late_or_never(orders):
    frauds = orders[orders["fraud"] == 1]
    delay = frauds["reported_day"] - frauds["day"]
    reported = np.isfinite(delay)
    assert np.isinf(orders.loc[orders["fraud"] == 0, "reported_day"]).all()
    assert 0.02 < 1 - reported.mean() < 0.08
    assert delay[reported].between(7, fraud.MOST_DELAY).all()
    assert abs(delay[reported].median() - 24) < 3
    known = fraud.observed_labels(orders, 200)
    assert known.sum() == (orders["reported_day"] < 200).sum()
    assert (known <= orders["fraud"]).all()


def test_honest_orders_are_real_baskets(orders):
    honest = orders[orders["fraud"] == 0]
    real = fraud.real_baskets()
    keys = ["household_id", "time", "amount", "n_products"]
    found = honest[keys].merge(real[keys].drop_duplicates(), on=keys)
    assert len(found) == len(honest)


def test_features_know_only_what_came_before(orders):
    for household in orders["household_id"].unique()[:2]:
        own = orders[orders["household_id"] == household]
        for row in own.itertuples():
            since = (row.time - own["time"]) / pd.Timedelta(hours=1)
            earlier = own[since > 0]
            for hours in (2, 72):
                count = ((since > 0) & (since <= hours)).sum()
                assert getattr(row, f"orders_{hours}h") == count
            if len(earlier) and not (since == 0).sum() > 1:
                usual = np.log(earlier["amount"]).mean()
                assert np.isclose(row.amount_to_usual, np.log(row.amount) - usual)
                last = min(since[since > 0].min(), 1440)
                assert np.isclose(row.hours_since_last, last)


def test_public_baskets_do_not_help_in_the_holdout():
    public = fraud.real_baskets()
    shares = set(public["discount_share"].round(9)[public["discount_share"] > 0])
    arguments, (truth, amount) = fraud.risk_holdout(seed=2)
    test = arguments[2]
    known = test["discount_share"].round(9).isin(shares)
    found = np.where(known, 0.001, np.where(test["discount_share"] > 0, 0.9, 0.1))
    found = found + 1e-9 * test["amount"].to_numpy()
    # No better than the list of the largest amounts.
    base = fraud.average_precision_of(test["amount"].to_numpy(), (truth, amount))
    assert fraud.average_precision_of(found, (truth, amount)) < base + 0.03
    saved = fraud.share_saved(test["amount"].to_numpy(), (truth, amount))
    assert fraud.share_saved(found, (truth, amount)) < saved + 0.03


def test_simulated_accounts_are_as_the_card_says():
    accounts, links = fraud.simulated_accounts(seed=1)
    again, _ = fraud.simulated_accounts(seed=1)
    pd.testing.assert_frame_equal(accounts, again)
    assert (accounts["ring"] == 0).sum() == 2_400
    assert accounts.loc[accounts["ring"] > 0, "ring"].nunique() == 24
    assert set(links["account"]) == set(accounts["account"])
    assert links.duplicated().any()
    assert 0.04 < links.loc[links["kind"] == "device", "value"].isna().mean() < 0.12
    users = links.drop_duplicates().groupby("value")["account"].nunique()
    assert users[users.index.str.startswith("locker")].min() == 70
    assert users[users.index.str.startswith("office")].min() >= 30
    assert users[users.index.str.startswith("phone")].max() <= 4


def test_holdout_is_judged_by_the_truth():
    (train, y, test), (truth, amount) = fraud.risk_holdout(seed=2)
    assert list(train.columns) == list(test.columns) == list(fraud.FEATURES)
    assert len(train) == len(y)
    assert len(test) == len(truth) == len(amount)
    assert truth.sum() > 80
    assert fraud.average_precision_of(truth, (truth, amount)) == 1
    n = int(fraud.REVIEWED * len(test))
    best = np.sort(truth * amount)[::-1][:n].sum() / (truth * amount).sum()
    assert np.isclose(fraud.share_saved(truth.astype(float), (truth, amount)), best)
