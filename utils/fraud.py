"""Simulated fraud among real baskets: whose truth is known, because we made it.

The baskets are those of Complete Journey. Fraudulent orders are added in the name of real
households; `datasets/simulated_fraud.md` says how, and what that can and cannot show.
"""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd

from utils import data
from utils.holdout import campaigns as holdout

START = pd.Timestamp("2017-01-01")
N_DAYS = 365
LATE_DAY = 280  # the first day of week 41: bulk resale begins
MOST_DELAY = 60  # days until a fraud is reported, if it ever is
# What share of the fraudulent orders belongs to which attack.
ATTACKS = {"card_testing": 0.43, "coupon_abuse": 0.27, "takeover": 0.22, "bulk_resale": 0.08}
FEATURES = (
    "amount",
    "n_products",
    "units_per_product",
    "discount_share",
    "hour",
    "orders_2h",
    "orders_72h",
    "hours_since_last",
    "amount_to_usual",
    "new_store",
)
_RAW = ["household_id", "store_id", "time", "amount", "n_products", "units", "discount_share"]


@functools.cache
def real_baskets() -> pd.DataFrame:
    """The baskets of Complete Journey, one row each. Nobody has labelled them: we call all honest.

    Returns
    -------
    DataFrame, shape (n_baskets, 7)
        ``household_id``, ``store_id``, ``time`` (where the store is), ``amount`` (USD paid),
        ``n_products``, ``units`` (fuel counts as one unit a line), ``discount_share`` (of the full
        price). Ordered by time. Baskets of less than a cent are left out.
    """
    money = ("sales_value", "retail_disc", "coupon_disc", "coupon_match_disc")
    lines = data.transactions(
        "household_id", "store_id", "basket_id", "quantity", "transaction_timestamp", *money
    )
    # Only fuel is counted in thousandths of a gallon; nobody carries out a hundred of one product.
    lines["units"] = lines.pop("quantity").where(lambda n: n <= 100, 1)
    # What the customer paid, and what it would have been without any discount.
    lines["amount"] = lines["sales_value"] - lines["coupon_disc"]
    lines["full"] = lines["sales_value"] + lines["retail_disc"] + lines["coupon_match_disc"]
    lines["n_products"] = 1
    grouped = lines.groupby("basket_id", sort=True)
    baskets = grouped[["amount", "full", "units", "n_products"]].sum()
    who = grouped[["household_id", "store_id", "transaction_timestamp"]].first()
    baskets[["household_id", "store_id"]] = who[["household_id", "store_id"]]
    stamps = who["transaction_timestamp"].dt.tz_localize("UTC").dt.tz_convert(data.STORE_TIME_ZONE)
    baskets["time"] = stamps.dt.tz_localize(None)
    baskets = baskets[baskets["amount"] >= 0.01]
    baskets["discount_share"] = (1 - baskets["amount"] / baskets["full"]).clip(0, 1)
    return baskets.sort_values("time", kind="stable")[_RAW].reset_index(drop=True)


def simulated_fraud(seed: int, n_households: int = 600, rate: float = 0.012) -> pd.DataFrame:
    """Real baskets of some households, with fraudulent orders added.

    Parameters
    ----------
    seed : int
        Draws the households and the attacks.
    n_households : int
        How many of the 2,469 households; 600 have about 38,000 baskets.
    rate : float
        How many fraudulent orders are added, as a share of the honest ones.

    Returns
    -------
    DataFrame
        Ordered by time, a row an order: ``household_id``, ``time``, ``day`` (0 is 1 January),
        ``week`` (from 1), the columns of `FEATURES`, all known when the order is placed; and the
        truth: ``attack`` (empty for an honest order), ``fraud`` (0 or 1) and ``reported_day``, the
        day on which a fraud became known, infinite for honest orders and for the frauds, one in
        twenty, that nobody ever reports.
    """
    rng = np.random.default_rng(seed)
    baskets = real_baskets()
    households = np.unique(baskets["household_id"])
    chosen = rng.choice(households, n_households, replace=False)
    honest = baskets[baskets["household_id"].isin(chosen)].assign(attack="")
    n_fraud = round(rate * len(honest))
    attacks = [
        _ATTACK[name](rng, honest, round(share * n_fraud)).assign(attack=name)
        for name, share in ATTACKS.items()
    ]
    orders = pd.concat([honest, *attacks], ignore_index=True)
    orders = orders[orders["time"] < START + pd.Timedelta(days=N_DAYS)]
    orders = orders.sort_values(["time", "household_id"], kind="stable").reset_index(drop=True)
    return _with_reports(rng, _with_features(orders))


def observed_labels(orders: pd.DataFrame, day: float) -> np.ndarray:
    """Which orders were known to be fraudulent at the beginning of a day: 1, otherwise 0."""
    return (orders["reported_day"].to_numpy() < day).astype(int)


# ---- the attacks ----------------------------------------------------------------------------


def _copies(rng: np.random.Generator, baskets: pd.DataFrame, n: int) -> pd.DataFrame:
    """Baskets to disguise as: real ones, in the name of another household."""
    copies = baskets.iloc[rng.integers(0, len(baskets), n)].reset_index(drop=True)
    copies["household_id"] = rng.choice(baskets["household_id"].to_numpy(), n)
    return copies


def _campaigns(
    rng: np.random.Generator, honest: pd.DataFrame, n: int, sizes: tuple[int, int]
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """``n`` orders in campaigns of a few: the orders, their place in one, and the time of year."""
    size = rng.integers(*sizes, n)
    campaign = np.repeat(np.arange(n), size)[:n]
    place = np.arange(n) - np.searchsorted(campaign, campaign)
    heads = _copies(rng, honest, n)
    orders = heads.copy()
    same = ["household_id", "store_id", "time"]
    orders[same] = heads[same].iloc[campaign].to_numpy()
    orders["time"] = pd.to_datetime(orders["time"])
    year = ((orders["time"] - START) / pd.Timedelta(days=N_DAYS)).to_numpy()
    return orders, place, year


def _card_testing(rng: np.random.Generator, honest: pd.DataFrame, n: int) -> pd.DataFrame:
    """Many tiny orders within hours; over the year they grow and slow down, to be less seen."""
    orders, place, year = _campaigns(rng, honest, n, (3, 7))
    gap = rng.exponential(0.2 + 1.3 * year)
    start = np.flatnonzero(place == 0)
    since = np.cumsum(gap) - np.repeat(np.cumsum(gap)[start], np.diff([*start, n]))
    return orders.assign(
        time=orders["time"] + pd.to_timedelta(np.round(since * 3600), unit="s"),
        amount=((1 + 5 * year) * rng.uniform(0.5, 2, n)).round(2),
        n_products=rng.integers(1, 3, n),
        units=lambda o: o["n_products"],
        discount_share=0.0,
    )


def _coupon_abuse(rng: np.random.Generator, honest: pd.DataFrame, n: int) -> pd.DataFrame:
    """An ordinary basket at a fraction of its price, a few times within days; ever less greedy."""
    orders, place, year = _campaigns(rng, honest, n, (2, 5))
    full = orders["amount"] / (1 - orders["discount_share"].clip(upper=0.9))
    share = rng.uniform(0.55, 0.85, n) - 0.2 * year
    days = place * rng.uniform(0.2, 1.5, n)
    return orders.assign(
        time=orders["time"] + pd.to_timedelta(np.round(days * 86400), unit="s"),
        amount=(full * (1 - share)).clip(lower=0.5).round(2),
        discount_share=share,
    )


def _takeover(rng: np.random.Generator, honest: pd.DataFrame, n: int) -> pd.DataFrame:
    """One expensive order of few products, elsewhere than usual, half of them at night."""
    orders = _copies(rng, honest, n)
    night = rng.random(n) < 0.5
    midnight = orders["time"].dt.normalize() + pd.to_timedelta(
        rng.integers(0, 5 * 3600, n), unit="s"
    )
    return orders.assign(
        time=orders["time"].where(~night, midnight),
        amount=rng.lognormal(4.5, 0.5, n).round(2),
        n_products=rng.integers(2, 9, n),
        units=lambda o: o["n_products"] + rng.integers(0, 3, n),
        discount_share=rng.uniform(0, 0.15, n),
    )


def _bulk_resale(rng: np.random.Generator, honest: pd.DataFrame, n: int) -> pd.DataFrame:
    """Many units of few products, from week 41 on: no earlier label can tell of it."""
    late = honest[honest["time"] >= START + pd.Timedelta(days=LATE_DAY)]
    orders = _copies(rng, late, n)
    n_products = rng.integers(1, 4, n)
    return orders.assign(
        amount=rng.lognormal(4.0, 0.5, n).round(2),
        n_products=n_products,
        units=n_products * rng.integers(5, 17, n),
        discount_share=rng.uniform(0.1, 0.4, n),
    )


_ATTACK = {
    "card_testing": _card_testing,
    "coupon_abuse": _coupon_abuse,
    "takeover": _takeover,
    "bulk_resale": _bulk_resale,
}


# ---- what is known when an order is placed, and what becomes known later --------------------


def _with_features(orders: pd.DataFrame) -> pd.DataFrame:
    """Features of each order from itself and from what its household ordered before."""
    orders = orders.copy()
    seconds = ((orders["time"] - START) / pd.Timedelta(seconds=1)).to_numpy().round().astype(int)
    orders["day"] = seconds // 86400
    orders["week"] = orders["day"] // 7 + 1
    orders["hour"] = seconds // 3600 % 24
    orders["units_per_product"] = orders["units"] / orders["n_products"]
    # One sorted axis for all households: far enough apart, no window reaches the one before.
    code = orders["household_id"].factorize()[0] * 10**9 + seconds
    order = np.argsort(code, kind="stable")
    axis = code[order]
    first = np.searchsorted(axis, axis, side="left")
    for hours in (2, 72):
        count = first - np.searchsorted(axis, axis - hours * 3600, side="left")
        orders.loc[order, f"orders_{hours}h"] = count
    before = np.concatenate([[-np.inf], axis[:-1].astype(float)])
    orders.loc[order, "hours_since_last"] = np.clip((axis - before) / 3600, 0, 24 * 60)
    grouped = np.log(orders["amount"]).groupby(orders["household_id"])
    seen = grouped.cumcount()
    usual = (grouped.cumsum() - np.log(orders["amount"])) / seen.where(seen > 0)
    orders["amount_to_usual"] = (np.log(orders["amount"]) - usual).fillna(0.0)
    pair = orders.groupby(["household_id", "store_id"]).cumcount()
    orders["new_store"] = ((pair == 0) & (seen > 0)).astype(int)
    return orders


def _with_reports(rng: np.random.Generator, orders: pd.DataFrame) -> pd.DataFrame:
    n = len(orders)
    fraud = (orders["attack"] != "").to_numpy()
    delay = np.minimum(7 + rng.gamma(2.0, 10.0, n), MOST_DELAY)
    reported = fraud & (rng.random(n) > 0.05)
    orders["fraud"] = fraud.astype(int)
    orders["reported_day"] = np.where(reported, orders["day"] + delay, np.inf)
    return orders[
        ["household_id", "time", "day", "week", *FEATURES, "attack", "fraud", "reported_day"]
    ]


# ---- a simulated graph of accounts, devices and addresses -----------------------------------


def simulated_accounts(seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """SIMULATED accounts with their devices and addresses: no row is a real person.

    Some honest people share a home, a device, a parcel locker or the network of an office. A ring
    is some 4 to 15 accounts of one group; its accounts share devices two or three at a time. Half
    of the rings place fake orders and write reviews of five stars for a seller (刷单); the others
    take coupons for new customers (羊毛党) and write none. `datasets/simulated_fraud.md` has more.

    Parameters
    ----------
    seed : int
        Draws everything.

    Returns
    -------
    accounts : DataFrame
        ``account``, ``ring`` (the truth: 0 for honest, else the number of the ring),
        ``five_stars`` (reviews of five stars in the first week), ``coupons`` (new-customer coupons
        used) and ``orders`` in the first month.
    links : DataFrame
        ``account``, ``kind`` (device or address) and ``value``, a row for each use; some repeated.
    """
    rng = np.random.default_rng([seed, 99])
    n_honest, sizes = 2_400, rng.integers(4, 16, 24)
    ring = np.concatenate([np.zeros(n_honest, dtype=int), np.repeat(np.arange(24) + 1, sizes)])
    account = rng.permutation(len(ring)) + 10_000
    farms = (ring > 0) & (ring % 2 == 0)
    fakes = (ring > 0) & (ring % 2 == 1)
    accounts = pd.DataFrame(
        {
            "account": account,
            "ring": ring,
            "five_stars": rng.poisson(np.where(fakes, 1.5, 0.15)),
            "coupons": rng.binomial(1, np.where(farms, 0.9, 0.35)),
            "orders": 1 + rng.poisson(np.where(fakes, 2.5, 1.0)),
        }
    )
    honest = account[:n_honest]
    homes = np.repeat(
        np.arange(n_honest), rng.choice([1, 2, 3, 4], n_honest, p=[0.6, 0.25, 0.1, 0.05])
    )
    rows = [(a, "address", f"home {h}") for a, h in zip(honest, homes[:n_honest], strict=True)]
    rows += [(a, "device", f"phone {a}") for a in honest]
    # Now and then somebody logs in on the phone of another member of the household.
    for a, b, same in zip(
        honest[:-1], honest[1:], homes[1:n_honest] == homes[: n_honest - 1], strict=True
    ):
        if same and rng.random() < 0.3:
            rows.append((a, "device", f"phone {b}"))
    for hub in range(8):
        rows += [(a, "address", f"locker {hub}") for a in rng.choice(account, 70, replace=False)]
        rows += [
            (a, "device", f"office network {hub}") for a in rng.choice(honest, 40, replace=False)
        ]
    for number in range(1, 25):
        members = account[ring == number]
        for i, a in enumerate(members):
            rows.append((a, "address", f"warehouse {number}.{i % 3}"))
            # A phone serves its owner and the next one or two accounts.
            rows += [(b, "device", f"phone {a}") for b in members[i : i + rng.integers(2, 4)]]
    links = pd.DataFrame(rows, columns=["account", "kind", "value"])
    unknown = (links["kind"] == "device") & (rng.random(len(links)) < 0.08)
    links["value"] = links["value"].mask(unknown)
    links = pd.concat([links, links.sample(frac=0.3, random_state=seed)])
    order = rng.permutation(len(links))
    return accounts.sort_values("account", ignore_index=True), links.iloc[order].reset_index(
        drop=True
    )


# ---- the hold-out by which risk scores are marked -------------------------------------------

REVIEWED = 0.02  # what share of the hold-out reviewers have time for


def risk_holdout(
    seed: int,
) -> tuple[tuple[pd.DataFrame, np.ndarray, pd.DataFrame], tuple[np.ndarray, np.ndarray]]:
    """Matured orders to learn from; the orders from week 41 on are judged by the truth.

    Returns
    -------
    arguments : (DataFrame, ndarray of int, DataFrame)
        Features of the orders to learn from, whether each was reported, features of the others.
    truth : (ndarray of int, ndarray)
        Which of the others are frauds, and their amounts.
    """
    rng = np.random.default_rng([seed, 9])
    orders = simulated_fraud(int(rng.integers(2**31)), n_households=250, rate=0.03)
    _blur(rng, orders)
    old = (orders["day"] < LATE_DAY - MOST_DELAY).to_numpy()
    new = (orders["day"] >= LATE_DAY).to_numpy()
    table = orders[list(FEATURES)].astype(float)
    judged = rng.permutation(np.flatnonzero(new))
    train = table[old].reset_index(drop=True)
    test = table.iloc[judged].reset_index(drop=True)
    truth = (orders["fraud"].to_numpy()[judged], test["amount"].to_numpy())
    return (train, observed_labels(orders, LATE_DAY)[old], test), truth


def _blur(rng: np.random.Generator, orders: pd.DataFrame) -> None:
    """Change every order a little, so that nobody finds the public baskets by their numbers.

    An exact number would give the honest orders away: they are public, and the fraudulent are not.
    """
    n = len(orders)
    factor = np.exp(rng.normal(0, 0.12, n))
    orders["amount"] = (orders["amount"] * factor).clip(lower=0.05).round(2)
    orders["amount_to_usual"] = (orders["amount_to_usual"] + np.log(factor)).round(2)
    orders["hours_since_last"] = (orders["hours_since_last"] * rng.uniform(0.9, 1.1, n)).round(1)
    share = orders["discount_share"] + rng.normal(0, 0.04, n)
    orders["discount_share"] = share.clip(0, 1).round(2)
    products = orders["n_products"] * np.exp(rng.normal(0, 0.15, n))
    orders["n_products"] = products.round().clip(lower=1)
    units = orders["units_per_product"] * np.exp(rng.normal(0, 0.08, n))
    orders["units_per_product"] = units.clip(lower=1).round(1)
    orders["hour"] = (orders["hour"] + rng.integers(-1, 2, n)) % 24


def average_precision_of(p: np.ndarray, truth: tuple[np.ndarray, np.ndarray]) -> float:
    """Average precision of probabilities by the truth."""
    return holdout.average_precision(p, truth[0])


def share_saved(p: np.ndarray, truth: tuple[np.ndarray, np.ndarray]) -> float:
    """What share of the money lost to fraud a review of the largest expected losses would save."""
    fraud, amount = truth
    loss = np.asarray(p, dtype=float) * amount
    reviewed = np.argsort(-loss, kind="stable")[: int(REVIEWED * len(loss))]
    return float((fraud * amount)[reviewed].sum() / (fraud * amount).sum())
