"""Who redeems a coupon of the last campaigns: features, and outcomes drawn from a model of them."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize
from scipy.special import expit

from utils import data

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
        A row for each pair of a campaign and a household that was sent it, by start, campaign and
        household; the campaigns began in March 2017 or later and ended in the year.
        ``household_id``, ``campaign_id``, ``start_date``, ``end_date``, ``y`` (1 if redeemed), then
        features, whose meaning and units are in ``datasets/complete_journey.md``. They are of the
        days *before* the start; only ``demographics`` has no date.
    """
    return _campaign_features().copy()


def last_campaigns(
    seed: int,
) -> tuple[tuple[pd.DataFrame, np.ndarray, pd.DataFrame], np.ndarray]:
    """Real households, SIMULATED redemptions: campaigns that had ended by 3 October to learn from.

    The public data say who redeemed. So what is judged must not be the public labels: each seed
    draws its own coefficients and its own redemptions, about 15 % of the rows.

    Parameters
    ----------
    seed : int
        Draws how redemption depends on the features, who redeems, and the order of the rows.

    Returns
    -------
    arguments : (DataFrame, ndarray of int, DataFrame)
        Features and labels to learn from, and the features of the later campaigns.
    truth : ndarray of int, shape (n_test,)
    """
    rng = np.random.default_rng(seed)
    table = campaign_features()
    features = table.drop(columns=NOT_FEATURES)
    logs = np.log1p(features)
    # Log odds are linear in the logs, with coefficients that the public data do not hold.
    weights = pd.Series(rng.normal(0, 0.35, features.shape[1]), index=features.columns)
    weights["campaigns_redeemed"] = 0.7
    slope = ((logs - logs.mean()) / logs.std() * weights).sum(axis=1).to_numpy()
    p = expit(slope + optimize.brentq(lambda b: expit(slope + b).mean() - 0.15, -30, 30))
    y = (rng.random(len(p)) < p).astype(int)
    early = rng.permutation(np.flatnonzero(table["end_date"] <= LAST_TRAINING_DAY))
    late = rng.permutation(np.flatnonzero(table["start_date"] > LAST_TRAINING_DAY))
    train, test = (features.iloc[rows].reset_index(drop=True) for rows in (early, late))
    return (train, y[early], test), y[late]


def average_precision(proba: Any, y: np.ndarray) -> float:
    """Mean precision at the places of those who redeemed, as in scikit-learn."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(y, np.asarray(proba, dtype=float)))


def minus_brier(proba: Any, y: np.ndarray) -> float:
    """Minus the mean squared difference of probabilities and what happened."""
    return -float(np.mean((np.asarray(proba, dtype=float) - y) ** 2))


def problem_with_probabilities(
    value: Any, train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame
) -> str:
    """What is wrong with probabilities, in one sentence; empty if nothing is."""
    p = np.asarray(value)
    if p.shape != (len(test),) or p.dtype.kind not in "iuf":
        return "return one number for each row of test"
    if not (np.isfinite(p).all() and p.min() >= 0 and p.max() <= 1):
        return "a probability is from 0 to 1, and never NaN"
    # To a half float 1e-9 is 0, and nothing is below it.
    return "the probabilities must not all be the same" if np.ptp(p.astype(float)) < 1e-9 else ""
