"""Hold-outs by which what learners predict is scored."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from utils import data, ranking

N_JUDGED = 1500
# How much of the public table the hold-out keeps: of households and products, and at the least of
# the purchases of a product and of a household. See `new_items`.
KEPT_AXES = 0.9
KEPT_OF_PRODUCT = 0.45
KEPT_OF_HOUSEHOLD = 0.7


def new_items(seed: int) -> tuple[tuple[sparse.csr_matrix, list[int], int], sparse.csr_matrix]:
    """Weeks 1 to 44 to learn from; the new products of weeks 45 to 53 are the truth.

    The table is public, so whoever carries a copy could find a household again by what it bought,
    and read off what it bought next. Therefore a part is left out at random: a tenth of the
    households and of the products; of each product a share of its purchases, in both periods; of
    each household a share of what is left to learn from. Neither counts nor ranks then tell a row
    or a column. What counts as new is decided before anything is left out.

    Parameters
    ----------
    seed : int
        Decides what is left out, which households are judged, and how rows and columns are
        shuffled.

    Returns
    -------
    arguments : (csr_matrix, list of int, int)
        Baskets by household and product, the rows to recommend for, and 10.
    truth : csr_matrix, shape (n_judged, n_products)
        What each of these rows bought for the first time.
    """
    rng = np.random.default_rng(seed)
    before, after = _marked_purchases()
    rows, columns = (rng.permutation(n)[: int(KEPT_AXES * n)] for n in before.shape)
    before, after = before[rows][:, columns].tocsr(), after[rows][:, columns].tocsr()
    new = sparse.csr_matrix(after - after.multiply(before > 0))
    of_household = rng.uniform(KEPT_OF_HOUSEHOLD, 1, len(rows))
    # Shares on a logarithmic scale: they reorder the most popular products, where a search begins.
    of_product = KEPT_OF_PRODUCT ** rng.random(len(columns))
    known = _thinned(before, of_household, of_product, rng)
    new = _thinned(new, np.ones(len(rows)), of_product, rng)
    able = np.flatnonzero((np.diff(known.indptr) > 0) & (np.diff(new.indptr) > 0))
    judged = rng.choice(able, N_JUDGED, replace=False)
    return (known, judged.tolist(), 10), new[judged]


def _marked_purchases() -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    lines = data.transactions("household_id", "basket_id", "product_id", "week")
    before, after = data.split_purchases(lines, last_week=44, until=53, min_buyers=60)
    return before.matrix, after.matrix


def _thinned(
    counts: sparse.csr_matrix,
    of_row: np.ndarray,
    of_column: np.ndarray,
    rng: np.random.Generator,
) -> sparse.csr_matrix:
    """Each basket of an entry is kept with the product of the shares of its row and column."""
    entries = counts.tocoo()
    kept = rng.binomial(entries.data, of_row[entries.row] * of_column[entries.col])
    thinned = sparse.csr_matrix((kept, (entries.row, entries.col)), shape=counts.shape)
    thinned.eliminate_zeros()
    return thinned


def mean_ndcg(products: Any, new: sparse.csr_matrix) -> float:
    """Mean NDCG of lists, with a gain of 1 for each new product bought."""
    return float(ranking.ndcg_of_rows(np.asarray(products), new).mean())


def problem_with_products(
    value: Any, purchases: sparse.csr_matrix, households: list[int], n: int
) -> str:
    """What is wrong with lists of new products, in one sentence; empty if nothing is."""
    products = np.asarray(value)
    if products.shape != (len(households), n) or products.dtype.kind not in "iu":
        return "return one row of n whole numbers for each household"
    if products.min() < 0 or products.max() >= purchases.shape[1]:
        return "a product is a column of purchases, counted from 0"
    if any(len(set(row)) < n for row in products.tolist()):
        return "the products of a row must all be different"
    if purchases[np.asarray(households)[:, None], products].sum() > 0:
        return "a household has bought one of its products before"
    return ""


# ---- spend of CDNOW's customers ---------------------------------------------------------------

N_CUSTOMERS = 20_000
WEEKS = 39


def cdnow_spend(seed: int) -> tuple[tuple[pd.DataFrame, np.ndarray, int], np.ndarray]:
    """Orders of 39 weeks to learn from; what each customer spends in the next 39 is the truth.

    Parameters
    ----------
    seed : int
        Decides which customers are judged, their numbers, and the currency.

    Returns
    -------
    arguments : (DataFrame, ndarray of int, int)
        Orders (``customer_id``, ``day``, ``value``), whom to predict for, and 39.
    truth : ndarray of float, shape (n_customers,)
        Spend in the currency of the orders.
    """
    rng = np.random.default_rng(seed)
    orders = data.cdnow()
    known = orders["customer_id"].unique()
    judged = rng.choice(known, N_CUSTOMERS, replace=False)
    # Other numbers and another currency: the public file should not tell who is who.
    numbers = pd.Series(rng.permutation(N_CUSTOMERS) + 1, index=judged)
    orders = orders[orders["customer_id"].isin(judged)]
    orders = pd.DataFrame(
        {
            "customer_id": numbers[orders["customer_id"]].to_numpy(),
            "day": (orders["day"] - orders["day"].min()).dt.days.to_numpy(),
            "value": (orders["value"] * rng.uniform(3, 9)).round(2).to_numpy(),
        }
    ).sort_values(["customer_id", "day"], ignore_index=True)
    past = orders["day"] < 7 * WEEKS
    later = orders[~past].groupby("customer_id")["value"].sum()
    truth = later.reindex(numbers.to_numpy(), fill_value=0.0).to_numpy()
    return (orders[past].reset_index(drop=True), numbers.to_numpy(), WEEKS), truth


def total_error(spend: Any, truth: np.ndarray) -> float:
    """How far the total is off, as a factor: 0 is exact, 0.69 twice or half; NaN without spend."""
    total = np.sum(np.asarray(spend, dtype=float))
    return float(abs(np.log(total / truth.sum()))) if total > 0 else float("nan")


def rank_correlation(spend: Any, truth: np.ndarray) -> float:
    """Spearman's rank correlation, equal values sharing their mean rank; NaN without an order."""
    ranks = [pd.Series(np.asarray(v, dtype=float)).rank().to_numpy() for v in (spend, truth)]
    return float(np.corrcoef(*ranks)[0, 1]) if np.ptp(ranks[0]) else float("nan")


def top_tenth(spend: Any, truth: np.ndarray) -> float:
    """Share of all money that comes from the tenth of customers with the highest predictions."""
    order = np.argsort(-np.asarray(spend, dtype=float), kind="stable")
    return float(truth[order[: len(truth) // 10]].sum() / truth.sum())


def problem_with_spend(value: Any, orders: pd.DataFrame, customers: np.ndarray, weeks: int) -> str:
    """What is wrong with predictions of spend, in one sentence; empty if nothing is."""
    spend = np.asarray(value)
    if spend.shape != (len(customers),) or spend.dtype.kind not in "iuf":
        return "return one number for each customer"
    if not np.isfinite(spend).all() or spend.min() < 0:
        return "spend is a finite number, 0 or more"
    return "" if np.ptp(spend) > 0 else "the customers do not all spend the same"


# ---- campaigns ------------------------------------------------------------------------------

FIRST_START = pd.Timestamp("2017-03-01")  # two months of purchases lie before it
LAST_DAY = pd.Timestamp("2017-12-31")
LAST_TRAINING_DAY = pd.Timestamp("2017-10-03")
NEVER = 365  # days, where there is no earlier purchase
NOT_FEATURES = ["household_id", "campaign_id", "start_date", "end_date", "y"]


@functools.cache
def _campaign_features() -> pd.DataFrame:
    keys, amounts = ["household_id", "basket_id", "day"], ["sales_value", "retail_disc", "coupons"]
    lines = data.transactions(*keys, "product_id", "sales_value", "retail_disc", "coupon_disc")
    lines["coupons"] = (lines["coupon_disc"] > 0).astype(int)
    baskets = lines.groupby(keys, as_index=False)[amounts].sum()
    redeemed = data.coupon_redemptions()
    sent = data.campaigns().merge(data.campaign_descriptions(), on="campaign_id")
    pairs = redeemed[["household_id", "campaign_id"]].drop_duplicates().assign(y=1)
    sent = sent.merge(pairs, how="left", on=["household_id", "campaign_id"]).fillna({"y": 0})
    judged = sent["start_date"].ge(FIRST_START) & sent["end_date"].le(LAST_DAY)
    offered = data.coupons("campaign_id", "product_id")
    parts = []
    for (campaign, start), rows in sent[judged].groupby(["campaign_id", "start_date"]):
        goods = offered.loc[offered["campaign_id"] == campaign, "product_id"].unique()
        known = _known_of_households(
            start,
            baskets[baskets["day"] < start],
            lines[(lines["day"] < start) & lines["product_id"].isin(goods)],
            redeemed[redeemed["redemption_date"] < start],
            sent[sent["start_date"] < start],
        )
        parts.append(rows.assign(goods=len(goods)).join(known, on="household_id"))
    table = pd.concat(parts)
    never = dict.fromkeys(["days_silent", "days_without_coupon"], NEVER)
    table = table.fillna(never).fillna(0).astype({"y": int})
    surveyed = data.demographics("household_id")["household_id"]
    table = table.assign(
        type_a=(table["campaign_type"] == "Type A").astype(int),
        type_b=(table["campaign_type"] == "Type B").astype(int),
        length=(table["end_date"] - table["start_date"]).dt.days + 1,
        demographics=table["household_id"].isin(surveyed).astype(int),
    )
    order = ["start_date", "campaign_id", "household_id"]
    return table.sort_values(order, ignore_index=True).drop(columns="campaign_type")


def _known_of_households(
    start: pd.Timestamp,
    baskets: pd.DataFrame,
    matching: pd.DataFrame,
    redeemed: pd.DataFrame,
    sent: pd.DataFrame,
) -> pd.DataFrame:
    """What was known of each household when the day ``start`` began: all that is given is older."""
    known = {}
    for days in (28, 91):
        recent = baskets[baskets["day"] >= start - pd.Timedelta(days=days)].groupby("household_id")
        known[f"baskets_{days}"] = recent.size()
        known[f"sales_{days}"] = recent["sales_value"].sum()
        known[f"discount_{days}"] = recent["retail_disc"].sum()
        known[f"coupons_{days}"] = recent["coupons"].sum()
    last = baskets.groupby("household_id")["day"].max()
    with_coupon = baskets[baskets["coupons"] > 0].groupby("household_id")["day"].max()
    return pd.DataFrame(
        {
            **known,
            "coupons_ever": baskets.groupby("household_id")["coupons"].sum(),
            "campaigns_sent": sent.groupby("household_id").size(),
            "campaigns_redeemed": redeemed.groupby("household_id")["campaign_id"].nunique(),
            "coupons_redeemed": redeemed.groupby("household_id").size(),
            "matching_baskets": matching.groupby("household_id")["basket_id"].nunique(),
            "matching_sales": matching.groupby("household_id")["sales_value"].sum(),
            "days_silent": (start - last).dt.days,
            "days_without_coupon": (start - with_coupon).dt.days,
        }
    )


def campaign_features() -> pd.DataFrame:
    """Who was sent which campaign, what was known of her when it began, and whether she redeemed.

    Returns
    -------
    DataFrame, shape (5296, 26)
        A row for each household that was sent a campaign which began in March 2017 or later and
        ended in the year, by start, campaign and household. ``household_id``, ``campaign_id``,
        ``start_date``, ``end_date``, ``y`` (1 if redeemed), then features, whose meaning and units
        are in ``datasets/complete_journey.md``. They are of the days *before* the start.
    """
    return _campaign_features().copy()


def last_campaigns(
    seed: int,
) -> tuple[tuple[pd.DataFrame, np.ndarray, pd.DataFrame], np.ndarray]:
    """Campaigns that had ended by 3 October to learn from; who redeems later ones is the truth.

    Parameters
    ----------
    seed : int
        Decides how rows are shuffled.

    Returns
    -------
    arguments : (DataFrame, ndarray of int, DataFrame)
        Features and labels to learn from, and the features of the later campaigns.
    truth : ndarray of int, shape (n_test,)
    """
    table = campaign_features().sample(frac=1, random_state=seed)
    features = table.drop(columns=NOT_FEATURES).reset_index(drop=True)
    y = table["y"].to_numpy()
    early = (table["end_date"] <= LAST_TRAINING_DAY).to_numpy()
    late = (table["start_date"] > LAST_TRAINING_DAY).to_numpy()
    train, test = (features[rows].reset_index(drop=True) for rows in (early, late))
    return (train, y[early], test), y[late]


def average_precision(proba: Any, y: np.ndarray) -> float:
    """Mean precision at the places of those who redeemed, as in scikit-learn."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(y, np.asarray(proba, dtype=float)))


def minus_brier(proba: Any, y: np.ndarray) -> float:
    """Minus the mean squared difference of probabilities and what happened."""
    return -float(np.mean((np.asarray(proba, dtype=float) - y) ** 2))


def minus_calibration_error(proba: Any, y: np.ndarray) -> float:
    """Minus the expected calibration error over ten bins of equal count."""
    p = np.asarray(proba, dtype=float)
    runs = np.array_split(np.argsort(p, kind="stable"), 10)
    gaps = [len(run) * abs(p[run].mean() - y[run].mean()) for run in runs]
    return -float(sum(gaps) / len(y))


def problem_with_probabilities(
    value: Any, train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame
) -> str:
    """What is wrong with probabilities, in one sentence; empty if nothing is."""
    p = np.asarray(value)
    if p.shape != (len(test),) or p.dtype.kind not in "iuf":
        return "return one number for each row of test"
    if not (np.isfinite(p).all() and p.min() >= 0 and p.max() <= 1):
        return "a probability is from 0 to 1, and never NaN"
    return "the same probability for all prefers nobody" if np.ptp(p) < 1e-9 else ""


# ---- departments of the shop ----------------------------------------------------------------

DEPARTMENTS = (
    "GROCERY",
    "DRUG GM",
    "FUEL",
    "PRODUCE",
    "MEAT",
    "MEAT-PCKGD",
    "DELI",
    "MISCELLANEOUS",
    "PASTRY",
    "NUTRITION",
)
N_KNOWN = 168
FIRST_UNUSED = 318  # 15 November: no span reaches Thanksgiving, and the shop was open on every day


def departments(
    rng: np.random.Generator, n_mornings: int, horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sales of ten departments, as of some mornings of the year, and what they sold next.

    Parameters
    ----------
    rng : Generator
        Draws the mornings, the order of the columns, and a unit for each of them: the public file
        should not tell which is which.
    n_mornings : int
        How many mornings, without repeats.
    horizon : int
        Days that come after each.

    Returns
    -------
    known : ndarray, shape (168, 10 * n_mornings)
        Daily sales of 24 weeks before the morning of each column, oldest first.
    future : ndarray, shape (horizon, 10 * n_mornings)
        Those of the morning's day and the days after it.
    """
    sales = data.daily_sales(*DEPARTMENTS).to_numpy()
    mornings = rng.choice(np.arange(N_KNOWN, FIRST_UNUSED - horizon), n_mornings, replace=False)
    spans = np.hstack([sales[day - N_KNOWN : day + horizon] for day in mornings])
    n_columns = spans.shape[1]
    spans = spans[:, rng.permutation(n_columns)] * rng.uniform(0.1, 10, n_columns)
    return spans[:N_KNOWN], spans[N_KNOWN:]
