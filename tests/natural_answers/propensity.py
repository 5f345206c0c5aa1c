"""Blind bank of answers for notebook 07 (propensity), written from the statements alone."""

import math
from collections import defaultdict

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy.optimize import minimize
from scipy.special import expit, log_expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier
import random
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction
import scipy.optimize
from scipy.special import expit, logit
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

UNSURE = {}

# ---------------------------------------------------------------- 7.1 break_persona
# A campaign is (household, campaign, first, last); today is 10 everywhere unless said.
_PERSONA = {
    "coupons_counted": ([(1, 1, 1, 5), (1, 2, 10, 15)], [(1, 1, 2), (1, 1, 3)], 10),
    "future_known": ([(1, 1, 10, 15), (1, 2, 20, 25)], [], 10),
    "unfinished_campaigns": ([(1, 1, 5, 12), (1, 2, 10, 15)], [], 10),
    "any_campaign": ([(1, 1, 1, 3), (1, 2, 4, 6), (1, 3, 10, 12)], [(1, 1, 2)], 10),
    "newcomers_dropped": ([(1, 1, 10, 15)], [], 10),
    "last_day_forgotten": ([(1, 1, 1, 9), (1, 2, 10, 15)], [], 10),
}


def break_persona__right_table(defect):
    return _PERSONA[defect]


def break_persona__right_one_history_for_all(defect):
    sent = [(1, 1, 1, 3), (1, 2, 4, 9), (1, 3, 5, 12), (1, 4, 10, 15), (2, 4, 10, 15)]
    return sent, [(1, 1, 2), (1, 1, 3), (1, 4, 11)], 10


def break_persona__wrong_one_history_without_a_later_coupon(defect):
    """One history for all defects, in which nothing happens after today: future_known is not shown."""
    sent = [(1, 1, 1, 3), (1, 2, 4, 9), (1, 3, 5, 12), (1, 4, 10, 15), (2, 4, 10, 15)]
    return sent, [(1, 1, 2), (1, 1, 3)], 10


def break_persona__right_start_plus_change(defect):
    sent, redeemed, today = [(7, 1, 100, 110), (7, 2, 120, 130)], [(7, 1, 105)], 120
    if defect == "coupons_counted":
        redeemed = redeemed + [(7, 1, 105)]
    elif defect == "future_known":
        redeemed = redeemed + [(7, 2, 125)]
    elif defect == "unfinished_campaigns":
        sent = sent + [(7, 3, 115, 120)]
    elif defect == "any_campaign":
        sent = sent + [(7, 3, 90, 99)]
    elif defect == "newcomers_dropped":
        sent = sent + [(8, 2, 120, 130)]
    elif defect == "last_day_forgotten":
        sent[0] = (7, 1, 100, 119)
    return sent, redeemed, today


def break_persona__right_numpy_ints_two_households(defect):
    n = np.int64
    h = {
        "coupons_counted": (
            [(1, 1, 0, 4), (2, 1, 0, 4), (1, 2, 5, 9), (2, 2, 5, 9)],
            [(2, 1, 0), (2, 1, 4), (1, 1, 1)],
            5,
        ),
        "future_known": ([(1, 1, 5, 9), (1, 2, 6, 12)], [(1, 2, 7)], 5),
        "unfinished_campaigns": ([(1, 1, 0, 6), (1, 2, 5, 9)], [(1, 1, 2)], 5),
        "any_campaign": ([(1, 1, 0, 1), (1, 2, 2, 3), (1, 3, 5, 9)], [(1, 2, 3)], 5),
        "newcomers_dropped": ([(1, 1, 0, 1), (1, 3, 5, 9), (2, 3, 5, 9)], [], 5),
        "last_day_forgotten": ([(1, 1, 0, 4), (1, 2, 5, 9)], [(1, 1, 4)], 5),
    }[defect]
    return ([tuple(n(v) for v in r) for r in h[0]], [tuple(n(v) for v in r) for r in h[1]], n(h[2]))


def _persona_but(defect, which, instead):
    return instead if defect == which else _PERSONA[defect]


def break_persona__wrong_coupons_in_two_campaigns(defect):
    """For coupons_counted the two coupons are of two different campaigns, so both versions count 2."""
    return _persona_but(
        defect,
        "coupons_counted",
        ([(1, 1, 1, 3), (1, 2, 4, 6), (1, 3, 10, 15)], [(1, 1, 2), (1, 2, 5)], 10),
    )


def break_persona__wrong_coupons_in_todays_campaign(defect):
    """For coupons_counted both coupons are of the campaign that starts today, which has not ended: both versions have 0 redeemed."""
    return _persona_but(
        defect, "coupons_counted", ([(1, 1, 1, 3), (1, 2, 10, 15)], [(1, 2, 11), (1, 2, 12)], 10)
    )


def break_persona__wrong_starts_today_is_unfinished(defect):
    """For unfinished_campaigns the only campaign not yet ended starts today; the flaw counts those that started before today, so nothing differs."""
    return _persona_but(
        defect, "unfinished_campaigns", ([(1, 1, 1, 5), (1, 2, 10, 15)], [(1, 2, 12)], 10)
    )


def break_persona__wrong_one_past_campaign(defect):
    """For any_campaign there is one past campaign only and its own coupon, so "any campaign" is the same campaign."""
    return _persona_but(defect, "any_campaign", ([(1, 1, 1, 5), (1, 2, 10, 15)], [(1, 1, 2)], 10))


def break_persona__wrong_coupon_in_each_campaign(defect):
    """For any_campaign the household redeems in both past campaigns, so counting each of them is right."""
    return _persona_but(
        defect,
        "any_campaign",
        ([(1, 1, 1, 3), (1, 2, 4, 6), (1, 3, 10, 12)], [(1, 1, 2), (1, 2, 5)], 10),
    )


def break_persona__wrong_coupon_of_another_household(defect):
    """For any_campaign the second past campaign belongs to another household; for the household itself nothing differs."""
    return _persona_but(
        defect, "any_campaign", ([(1, 1, 1, 3), (2, 2, 4, 6), (1, 3, 10, 12)], [(1, 1, 2)], 10)
    )


def break_persona__wrong_newcomer_not_sent_today(defect):
    """For newcomers_dropped the new household is sent only a later campaign, so even the correct version has no row for it."""
    return _persona_but(
        defect, "newcomers_dropped", ([(1, 1, 1, 5), (1, 2, 10, 15), (2, 3, 20, 25)], [], 10)
    )


def break_persona__wrong_newcomer_without_redemption(defect):
    """For newcomers_dropped the household never redeemed but did have an earlier campaign: it is no newcomer and keeps its row."""
    return _persona_but(defect, "newcomers_dropped", ([(1, 1, 1, 5), (1, 2, 10, 15)], [], 10))


def break_persona__wrong_ended_two_days_ago(defect):
    """For last_day_forgotten the campaign ended two days ago, which both versions count."""
    return _persona_but(defect, "last_day_forgotten", ([(1, 1, 1, 8), (1, 2, 10, 15)], [], 10))


def break_persona__wrong_ends_today(defect):
    """For last_day_forgotten the campaign ends today, which neither version counts (it must end before today)."""
    return _persona_but(defect, "last_day_forgotten", ([(1, 1, 1, 10), (1, 2, 10, 15)], [], 10))


def break_persona__wrong_nothing_starts_today(defect):
    """For future_known no campaign starts on the day of the decision, which the docstring demands; all profiles are empty."""
    return _persona_but(defect, "future_known", ([(1, 1, 1, 5), (1, 2, 20, 25)], [], 10))


def break_persona__wrong_redeemed_late(defect):
    """For coupons_counted the second coupon is redeemed after the last day of its campaign: an invalid history."""
    return _persona_but(
        defect, "coupons_counted", ([(1, 1, 1, 5), (1, 2, 10, 15)], [(1, 1, 2), (1, 1, 7)], 10)
    )


def break_persona__wrong_different_days_of_one_campaign(defect):
    """For unfinished_campaigns one campaign has different days for two households, which is not a valid history."""
    return _persona_but(
        defect,
        "unfinished_campaigns",
        ([(1, 1, 5, 12), (2, 1, 5, 8), (1, 2, 10, 15), (2, 2, 10, 15)], [], 10),
    )


# ---------------------------------------------------------------- 7.2 build_labels
def build_labels__right_merge_and_merge(campaigns, desc, redemptions):
    r = redemptions.merge(desc, on="campaign_id")
    r = r[r["redemption_date"].between(r["start_date"], r["end_date"])]
    hit = r[["household_id", "campaign_id"]].drop_duplicates().assign(y=1)
    out = campaigns[["household_id", "campaign_id"]].merge(
        hit, on=["household_id", "campaign_id"], how="left"
    )
    out["y"] = out["y"].fillna(0).astype(int)
    return out


def build_labels__right_set_of_pairs(campaigns, desc, redemptions):
    dates = {
        c: (s, e) for c, s, e in zip(desc["campaign_id"], desc["start_date"], desc["end_date"])
    }
    good = set()
    for h, c, d in zip(
        redemptions["household_id"], redemptions["campaign_id"], redemptions["redemption_date"]
    ):
        if c in dates and dates[c][0] <= d <= dates[c][1]:
            good.add((h, c))
    pairs = list(zip(campaigns["household_id"], campaigns["campaign_id"]))
    return pd.DataFrame(
        {
            "household_id": campaigns["household_id"].to_numpy(),
            "campaign_id": campaigns["campaign_id"].to_numpy(),
            "y": [int(p in good) for p in pairs],
        }
    )


def build_labels__right_map_and_multiindex(campaigns, desc, redemptions):
    d = desc.set_index("campaign_id")
    start = redemptions["campaign_id"].map(d["start_date"])
    end = redemptions["campaign_id"].map(d["end_date"])
    keep = redemptions[
        (redemptions["redemption_date"] >= start) & (redemptions["redemption_date"] <= end)
    ]
    good = pd.MultiIndex.from_frame(keep[["household_id", "campaign_id"]])
    mine = pd.MultiIndex.from_frame(campaigns[["household_id", "campaign_id"]])
    return campaigns[["household_id", "campaign_id"]].assign(y=mine.isin(good).astype(int))


def build_labels__right_group_max(campaigns, desc, redemptions):
    base = campaigns[["household_id", "campaign_id"]].reset_index(drop=True)
    j = base.assign(row=np.arange(len(base))).merge(desc, on="campaign_id", how="left")
    j = j.merge(redemptions, on=["household_id", "campaign_id"], how="left")
    ok = (j["redemption_date"] >= j["start_date"]) & (j["redemption_date"] <= j["end_date"])
    y = ok.groupby(j["row"]).any().reindex(np.arange(len(base)), fill_value=False)
    base["y"] = y.astype(int).to_numpy()
    return base


def _labels(campaigns, desc, redemptions, ok, how="left", keys=("household_id", "campaign_id")):
    r = redemptions.merge(desc, on="campaign_id")
    r = r[ok(r["redemption_date"], r["start_date"], r["end_date"])]
    hit = r[list(keys)].drop_duplicates().assign(y=1)
    out = campaigns[["household_id", "campaign_id"]].merge(hit, on=list(keys), how=how)
    out["y"] = out["y"].fillna(0).astype(int)
    return out


def _within(d, s, e):
    return (d >= s) & (d <= e)


def build_labels__wrong_last_day_excluded(campaigns, desc, redemptions):
    """A coupon redeemed on the last day of the campaign is not counted (date < end_date)."""
    return _labels(campaigns, desc, redemptions, lambda d, s, e: (d >= s) & (d < e))


def build_labels__wrong_first_day_excluded(campaigns, desc, redemptions):
    """A coupon redeemed on the first day of the campaign is not counted (date > start_date)."""
    return _labels(campaigns, desc, redemptions, lambda d, s, e: (d > s) & (d <= e))


def build_labels__wrong_dates_ignored(campaigns, desc, redemptions):
    """Dates are ignored: a coupon redeemed after the campaign ended (or before it began) counts."""
    return _labels(campaigns, desc, redemptions, lambda d, s, e: d.notna())


def build_labels__wrong_only_end_checked(campaigns, desc, redemptions):
    """Only the last day is checked; a coupon redeemed before the first day counts."""
    return _labels(campaigns, desc, redemptions, lambda d, s, e: d <= e)


def build_labels__wrong_only_start_checked(campaigns, desc, redemptions):
    """Only the first day is checked; a coupon redeemed after the last day counts (fails the docstring example)."""
    return _labels(campaigns, desc, redemptions, lambda d, s, e: d >= s)


def build_labels__wrong_joined_on_household(campaigns, desc, redemptions):
    """Joined on the household alone: a coupon of another campaign makes every campaign of that household a 1."""
    return _labels(campaigns, desc, redemptions, _within, keys=("household_id",))


def build_labels__wrong_joined_on_campaign(campaigns, desc, redemptions):
    """Joined on the campaign alone: if anybody redeemed, all households of the campaign get a 1 (fails the docstring example)."""
    return _labels(campaigns, desc, redemptions, _within, keys=("campaign_id",))


def build_labels__wrong_any_running_campaign(campaigns, desc, redemptions):
    """Looks for any redemption by the household within the campaign's dates, whichever campaign the coupon belongs to: overlapping campaigns get each other's coupons."""
    base = campaigns[["household_id", "campaign_id"]].merge(desc, on="campaign_id", how="left")
    y = []
    for row in base.itertuples():
        d = redemptions.loc[redemptions["household_id"] == row.household_id, "redemption_date"]
        y.append(int(((d >= row.start_date) & (d <= row.end_date)).any()))
    return base[["household_id", "campaign_id"]].assign(y=y)


def build_labels__wrong_row_per_coupon(campaigns, desc, redemptions):
    """Redemptions are not made unique before the left join: a household with two coupons has two rows."""
    r = redemptions.merge(desc, on="campaign_id")
    r = r[_within(r["redemption_date"], r["start_date"], r["end_date"])]
    out = campaigns.merge(
        r[["household_id", "campaign_id"]].assign(y=1),
        how="left",
        on=["household_id", "campaign_id"],
    )
    return out.assign(y=out["y"].fillna(0).astype(int))


def build_labels__wrong_inner_join(campaigns, desc, redemptions):
    """An inner join: households that did not redeem have no row (fails the docstring example)."""
    return _labels(campaigns, desc, redemptions, _within, how="inner")


def build_labels__wrong_outer_join(campaigns, desc, redemptions):
    """An outer join: a household that redeemed a coupon of a campaign that it was not sent gets a row."""
    return _labels(campaigns, desc, redemptions, _within, how="outer")


def build_labels__wrong_number_of_coupons(campaigns, desc, redemptions):
    """y is the number of coupons instead of 0 or 1: 2 where two were redeemed (fails the docstring example)."""
    r = redemptions.merge(desc, on="campaign_id")
    r = r[_within(r["redemption_date"], r["start_date"], r["end_date"])]
    n = r.groupby(["household_id", "campaign_id"]).size().rename("y").reset_index()
    out = campaigns[["household_id", "campaign_id"]].merge(
        n, on=["household_id", "campaign_id"], how="left"
    )
    return out.assign(y=out["y"].fillna(0).astype(int))


def build_labels__wrong_sorted(campaigns, desc, redemptions):
    """groupby sorts the rows by household and campaign; the order of campaigns is lost where it was not sorted."""
    j = campaigns[["household_id", "campaign_id"]].merge(desc, on="campaign_id", how="left")
    j = j.merge(redemptions, on=["household_id", "campaign_id"], how="left")
    j["y"] = _within(j["redemption_date"], j["start_date"], j["end_date"]).astype(int)
    return j.groupby(["household_id", "campaign_id"], as_index=False)["y"].max()


def build_labels__wrong_last_coupon_decides(campaigns, desc, redemptions):
    """Keeps one coupon per household and campaign (the last) before the dates are checked: one in time and one too late gives 0."""
    last = redemptions.drop_duplicates(["household_id", "campaign_id"], keep="last")
    return _labels(campaigns, desc, last, _within)


def build_labels__wrong_unmatched_nan(campaigns, desc, redemptions):
    """The gaps of the left join are not filled: y is NaN instead of 0 for those who did not redeem."""
    r = redemptions.merge(desc, on="campaign_id")
    r = r[_within(r["redemption_date"], r["start_date"], r["end_date"])]
    hit = r[["household_id", "campaign_id"]].drop_duplicates().assign(y=1)
    return campaigns[["household_id", "campaign_id"]].merge(
        hit, on=["household_id", "campaign_id"], how="left"
    )


def build_labels__wrong_mutates_campaigns(campaigns, desc, redemptions):
    """Adds the column y to the caller's campaigns: the input is changed (the labels are right)."""
    campaigns["y"] = build_labels__right_set_of_pairs(campaigns, desc, redemptions)["y"].to_numpy()
    return campaigns


def build_labels__unsure_bool_labels(campaigns, desc, redemptions):
    out = build_labels__right_set_of_pairs(campaigns, desc, redemptions)
    return out.assign(y=out["y"].astype(bool))


UNSURE["build_labels__unsure_bool_labels"] = "'y: 1 if ..., else 0': is True/False accepted?"


def build_labels__right_extra_columns(campaigns, desc, redemptions):
    out = build_labels__right_set_of_pairs(campaigns, desc, redemptions)
    return out.merge(desc, on="campaign_id", how="left")


UNSURE["build_labels__right_extra_columns"] = (
    "'with household_id, campaign_id and y': may other columns be there too?"
)

# ---------------------------------------------------------------- 7.3 asof_features
_COLS = ["baskets", "sales", "coupons", "recency"]


def asof_features__right_baskets_joined(tx, targets, lookback):
    b = (
        tx.assign(c=tx["coupon_disc"] > 0)
        .groupby(["household_id", "basket_id"], as_index=False)
        .agg(day=("day", "first"), sales=("sales_value", "sum"), coupons=("c", "sum"))
    )
    rows = targets[["household_id", "start_date"]].reset_index(drop=True)
    rows["row"] = np.arange(len(rows))
    j = rows.merge(b, on="household_id")
    j["age"] = (j["start_date"] - j["day"]).dt.days
    j = j[j["age"].between(1, lookback)]
    out = j.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales", "sum"),
        coupons=("coupons", "sum"),
        recency=("age", "min"),
    )
    out = out.reindex(rows["row"])
    out["recency"] = out["recency"].fillna(lookback)
    out = out.fillna(0.0).astype(float)
    out.index = targets.index
    return out


def asof_features__right_loop(tx, targets, lookback):
    out = []
    for h, s in zip(targets["household_id"], targets["start_date"]):
        w = tx[
            (tx["household_id"] == h)
            & (tx["day"] < s)
            & (tx["day"] >= s - pd.Timedelta(days=lookback))
        ]
        if len(w):
            out.append(
                (
                    w["basket_id"].nunique(),
                    w["sales_value"].sum(),
                    int((w["coupon_disc"] > 0).sum()),
                    (s - w["day"].max()).days,
                )
            )
        else:
            out.append((0, 0.0, 0, lookback))
    return pd.DataFrame(out, columns=_COLS, index=targets.index)


def asof_features__right_plain_python(tx, targets, lookback):
    by = defaultdict(list)
    for row in tx.itertuples(index=False):
        by[row.household_id].append(row)
    cols = {c: [] for c in reversed(_COLS)}
    for h, s in zip(targets["household_id"], targets["start_date"]):
        lines = [r for r in by.get(h, []) if 1 <= (s - r.day).days <= lookback]
        cols["baskets"].append(len({r.basket_id for r in lines}))
        cols["sales"].append(math.fsum(r.sales_value for r in lines))
        cols["coupons"].append(sum(r.coupon_disc > 0 for r in lines))
        cols["recency"].append(min(((s - r.day).days for r in lines), default=lookback))
    return pd.DataFrame(cols, index=targets.index)


def asof_features__right_apply(tx, targets, lookback):
    groups = dict(list(tx.groupby("household_id")))

    def one(h, s):
        g = groups.get(h)
        if g is None:
            return 0.0, 0.0, 0.0, float(lookback)
        age = (s - g["day"]).dt.days
        g, age = g[(age > 0) & (age <= lookback)], age[(age > 0) & (age <= lookback)]
        return (
            float(g["basket_id"].nunique()),
            g["sales_value"].sum(),
            float(g["coupon_disc"].gt(0).sum()),
            float(age.min()) if len(age) else float(lookback),
        )

    res = np.array(
        [one(h, s) for h, s in zip(targets["household_id"], targets["start_date"])], dtype=float
    )
    return pd.DataFrame(res.reshape(-1, 4), columns=_COLS, index=targets.index)


def _asof(tx, targets, lookback, lo=1, hi=None, nothing=None):
    hi = lookback if hi is None else hi
    rows = (
        targets[["household_id", "start_date"]]
        .reset_index(drop=True)
        .rename_axis("row")
        .reset_index()
    )
    j = rows.merge(tx, on="household_id")
    j["age"] = (j["start_date"] - j["day"]).dt.days
    j = j[j["age"].between(lo, hi)]
    j["c"] = (j["coupon_disc"] > 0).astype(int)
    out = j.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("c", "sum"),
        recency=("age", "min"),
    )
    out = out.reindex(range(len(rows)))
    out["recency"] = out["recency"].fillna(lookback if nothing is None else nothing)
    out = out.fillna(0)
    out.index = targets.index
    return out


def asof_features__wrong_start_day_included(tx, targets, lookback):
    """Purchases on the day of the start count: the window ends at age 0 (fails the docstring example)."""
    return _asof(tx, targets, lookback, lo=0)


def asof_features__wrong_window_one_day_long(tx, targets, lookback):
    """The window reaches back lookback + 1 days: a purchase that many days before the start counts (fails the docstring example)."""
    return _asof(tx, targets, lookback, hi=lookback + 1)


def asof_features__wrong_window_one_day_short(tx, targets, lookback):
    """day > start - lookback: a purchase exactly lookback days before the start is lost."""
    return _asof(tx, targets, lookback, hi=lookback - 1)


def asof_features__wrong_yesterday_lost(tx, targets, lookback):
    """The day before the start is left out (age > 1)."""
    return _asof(tx, targets, lookback, lo=2)


def asof_features__wrong_no_lower_end(tx, targets, lookback):
    """The window has no beginning: everything before the start counts, however old (fails the docstring example)."""
    return _asof(tx, targets, lookback, hi=10**6)


def asof_features__wrong_one_cutoff(tx, targets, lookback):
    """One cut-off for all rows, the latest start: rows with an earlier start see purchases after it."""
    same = targets.assign(start_date=targets["start_date"].max())
    return _asof(tx, same, lookback)


def asof_features__wrong_grouped_by_household(tx, targets, lookback):
    """Grouped by household instead of by row: the windows of a household with two campaigns are pooled (and lines in both counted twice)."""
    j = targets[["household_id", "start_date"]].merge(tx, on="household_id")
    j["age"] = (j["start_date"] - j["day"]).dt.days
    j = j[j["age"].between(1, lookback)]
    g = (
        j.assign(c=j["coupon_disc"] > 0)
        .groupby("household_id")
        .agg(
            baskets=("basket_id", "nunique"),
            sales=("sales_value", "sum"),
            coupons=("c", "sum"),
            recency=("age", "min"),
        )
    )
    out = g.reindex(targets["household_id"])
    out["recency"] = out["recency"].fillna(lookback)
    out.index = targets.index
    return out.fillna(0)


def asof_features__wrong_grouped_by_household_and_start(tx, targets, lookback):
    """Grouped by household and start: two rows with the same household and start are summed together, so sales and coupons double."""
    j = targets[["household_id", "start_date"]].merge(tx, on="household_id")
    j["age"] = (j["start_date"] - j["day"]).dt.days
    j = j[j["age"].between(1, lookback)]
    g = (
        j.assign(c=j["coupon_disc"] > 0)
        .groupby(["household_id", "start_date"])
        .agg(
            baskets=("basket_id", "nunique"),
            sales=("sales_value", "sum"),
            coupons=("c", "sum"),
            recency=("age", "min"),
        )
    )
    out = g.reindex(pd.MultiIndex.from_frame(targets[["household_id", "start_date"]]))
    out["recency"] = out["recency"].fillna(lookback)
    out.index = targets.index
    return out.fillna(0)


def asof_features__wrong_baskets_are_lines(tx, targets, lookback):
    """baskets counts lines, not different baskets (fails the docstring example)."""
    return _asof(tx.assign(basket_id=np.arange(len(tx))), targets, lookback)


def asof_features__wrong_coupons_are_baskets(tx, targets, lookback):
    """coupons counts baskets with a coupon: two lines with a coupon in one basket count once."""
    first = tx[tx["coupon_disc"] > 0].drop_duplicates(["household_id", "basket_id"]).index
    t2 = tx.assign(coupon_disc=np.where(tx.index.isin(first), tx["coupon_disc"], 0.0))
    return _asof(t2, targets, lookback)


def asof_features__wrong_coupons_are_usd(tx, targets, lookback):
    """coupons sums the discount in USD instead of counting lines (fails the docstring example)."""
    out = _asof(tx, targets, lookback)
    usd = []
    for h, s in zip(targets["household_id"], targets["start_date"]):
        age = (s - tx["day"]).dt.days
        usd.append(
            tx.loc[(tx["household_id"] == h) & age.between(1, lookback), "coupon_disc"].sum()
        )
    return out.assign(coupons=usd)


def asof_features__wrong_equal_lines_dropped(tx, targets, lookback):
    """drop_duplicates on tx: the same product bought twice in one basket counts once in sales and coupons."""
    return _asof(tx.drop_duplicates(), targets, lookback)


def asof_features__wrong_recency_of_first_purchase(tx, targets, lookback):
    """recency is the age of the oldest purchase in the window, not of the last one."""
    out = asof_features__right_loop(tx, targets, lookback)
    for i, (h, s) in enumerate(zip(targets["household_id"], targets["start_date"])):
        age = (s - tx.loc[tx["household_id"] == h, "day"]).dt.days
        age = age[age.between(1, lookback)]
        if len(age):
            out.iloc[i, 3] = age.max()
    return out


def asof_features__wrong_recency_beyond_window(tx, targets, lookback):
    """recency looks beyond the window: a household that bought only before it has its real age, above lookback."""
    out = asof_features__right_loop(tx, targets, lookback)
    rec = []
    for h, s in zip(targets["household_id"], targets["start_date"]):
        age = (s - tx.loc[tx["household_id"] == h, "day"]).dt.days
        age = age[age >= 1]
        rec.append(age.min() if len(age) else lookback)
    return out.assign(recency=rec)


def asof_features__wrong_silent_recency_zero(tx, targets, lookback):
    """fillna(0) for all columns: a household without a purchase has recency 0, as if it had bought today (fails the docstring example)."""
    return _asof(tx, targets, lookback, nothing=0)


def asof_features__wrong_silent_dropped(tx, targets, lookback):
    """Rows that found no purchase are missing (inner join without reindexing)."""
    out = _asof(tx, targets, lookback)
    return out[out["baskets"] > 0]


def asof_features__wrong_index_reset(tx, targets, lookback):
    """The result has a fresh index 0, 1, ... instead of that of targets; it shows where targets has another index."""
    return _asof(tx, targets, lookback).reset_index(drop=True)


def asof_features__wrong_sorted_by_household(tx, targets, lookback):
    """The rows come sorted by household and start, not in the order of targets."""
    return _asof(tx, targets.sort_values(["household_id", "start_date"]), lookback)


def asof_features__wrong_loc_by_label(tx, targets, lookback):
    """Groups by the label of the index of targets, not by row: rows whose label occurs twice are merged."""
    j = (
        targets[["household_id", "start_date"]]
        .rename_axis("row")
        .reset_index()
        .merge(tx, on="household_id")
    )
    j["age"] = (j["start_date"] - j["day"]).dt.days
    j = j[j["age"].between(1, lookback)]
    out = (
        j.assign(c=j["coupon_disc"] > 0)
        .groupby("row")
        .agg(
            baskets=("basket_id", "nunique"),
            sales=("sales_value", "sum"),
            coupons=("c", "sum"),
            recency=("age", "min"),
        )
    )
    out = out.reindex(targets.index.unique()).reindex(targets.index)
    out["recency"] = out["recency"].fillna(lookback)
    return out.fillna(0)


def asof_features__wrong_mutates_tx(tx, targets, lookback):
    """Overwrites coupon_disc in the caller's tx by 0 or 1; the table is right but the input is changed."""
    tx["coupon_disc"] = (tx["coupon_disc"] > 0).astype(int)
    return _asof(tx, targets, lookback)


# ---------------------------------------------------------------- 7.4 kill_asof
def _d(k):
    return pd.Timestamp("2017-06-01") + pd.Timedelta(days=k)


def _asof_case():
    # household, basket, day (start is day 0 and day 20), sales, disc; lookback 10
    lines = [
        (1, 1, -11, 100.0, 1.0),
        (1, 2, -10, 1.0, 0.5),
        (1, 3, -4, 2.0, 0.5),
        (1, 3, -4, 2.0, 0.5),
        (1, 3, -4, 4.0, 0.25),
        (1, 4, -1, 8.0, 0.0),
        (1, 5, 0, 200.0, 1.0),
        (1, 6, 15, 16.0, 0.0),
        (1, 7, 21, 400.0, 1.0),
        (2, 8, -30, 50.0, 2.0),
        (4, 9, -2, 32.0, 0.0),
        (4, 10, -2, 64.0, 3.0),
    ]
    tx = pd.DataFrame(
        lines, columns=["household_id", "basket_id", "k", "sales_value", "coupon_disc"]
    )
    tx["day"] = [_d(k) for k in tx["k"]]
    tx = tx.drop(columns="k").sample(frac=1, random_state=3)
    rows = [(4, 0), (1, 20), (1, 0), (3, 0), (1, 0), (2, 0)]
    targets = pd.DataFrame(
        {"household_id": [h for h, _ in rows], "start_date": [_d(k) for _, k in rows], "type": "A"},
        index=[12, 7, 30, 2, 5, 9],
    )
    want = [
        [2, 96, 1, 2],
        [1, 16, 0, 5],
        [3, 17, 4, 1],
        [0, 0, 0, 10],
        [3, 17, 4, 1],
        [0, 0, 0, 10],
    ]
    return tx, targets, want


def kill_asof__right_hand_table(fn):
    tx, targets, want = _asof_case()
    got = fn(tx, targets, 10)
    return bool(
        list(got.index) == list(targets.index)
        and set(_COLS) <= set(got.columns)
        and np.allclose(got[_COLS].to_numpy(dtype=float), want)
    )


def kill_asof__right_against_own_reference(fn):
    rng = np.random.default_rng(5)
    for _ in range(12):
        n = 60
        basket = rng.integers(0, 25, n)
        day_of, hh_of = rng.integers(0, 40, 25), rng.integers(1, 5, 25)
        tx = pd.DataFrame(
            {
                "household_id": hh_of[basket],
                "basket_id": basket,
                "day": [_d(int(day_of[b])) for b in basket],
                "sales_value": rng.integers(1, 4, n) * 1.0,
                "coupon_disc": rng.choice([0.0, 0.0, 0.5], n),
            }
        )
        tx = pd.concat([tx, tx.iloc[:5]], ignore_index=True)
        targets = pd.DataFrame(
            {
                "household_id": rng.integers(1, 7, 12),
                "start_date": [_d(int(k)) for k in rng.integers(5, 40, 12)],
            },
            index=rng.permutation(12) + 100,
        )
        targets = pd.concat([targets, targets.iloc[[0, 1]].rename(lambda i: i + 500)])
        want = asof_features__right_plain_python(tx, targets, 9)[_COLS]
        got = fn(tx.copy(), targets.copy(), 9)
        if len(got) != len(want) or not (got.index == want.index).all():
            return False
        if not np.allclose(got[_COLS].astype(float), want.astype(float)):
            return False
    return True


def kill_asof__right_many_small_cases(fn):
    def run(lines, rows, lookback=10, index=None):
        tx = pd.DataFrame(
            [(h, b, _d(k), s, c) for h, b, k, s, c in lines],
            columns=["household_id", "basket_id", "day", "sales_value", "coupon_disc"],
        )
        t = pd.DataFrame(
            [(h, _d(k)) for h, k in rows], columns=["household_id", "start_date"], index=index
        )
        out = fn(tx, t, lookback)
        assert out.index.equals(t.index)
        return [[round(float(out[c].iloc[i]), 6) for c in _COLS] for i in range(len(out))]

    try:
        assert run([(1, 1, -10, 2.0, 0.0)], [(1, 0)]) == [[1, 2, 0, 10]]
        assert run([(1, 1, -11, 2.0, 0.0)], [(1, 0)]) == [[0, 0, 0, 10]]
        assert run([(1, 1, -1, 2.0, 0.0)], [(1, 0)]) == [[1, 2, 0, 1]]
        assert run([(1, 1, 0, 2.0, 1.0)], [(1, 0)]) == [[0, 0, 0, 10]]
        assert run([(1, 1, 3, 2.0, 1.0)], [(1, 0)]) == [[0, 0, 0, 10]]
        assert run([(1, 1, -3, 2.0, 1.0)] * 2, [(1, 0)]) == [[1, 4, 2, 3]]
        assert run([(1, 1, -3, 2.0, 1.0), (1, 2, -8, 1.0, 0.0)], [(1, 0)]) == [[2, 3, 1, 3]]
        assert run([(1, 1, -3, 2.0, 1.0), (1, 2, 5, 1.0, 0.0)], [(1, 9), (1, 0), (1, 0)]) == [
            [1, 1, 0, 4],
            [1, 2, 1, 3],
            [1, 2, 1, 3],
        ]
        assert run(
            [(2, 1, -3, 2.0, 1.0), (1, 2, -5, 1.0, 0.2), (1, 2, -5, 1.5, 0.3)],
            [(2, 0), (3, 0), (1, 0)],
            index=[5, 3, 8],
        ) == [[1, 2, 1, 3], [0, 0, 0, 10], [1, 2.5, 2, 5]]
    except AssertionError:
        return False
    return True


def _docstring_case():
    days = pd.to_datetime(["2017-04-07", "2017-05-01", "2017-05-01", "2017-05-08"])
    tx = pd.DataFrame({"household_id": 1, "basket_id": [10, 11, 11, 12], "day": days})
    tx = tx.assign(sales_value=[9.0, 2.0, 3.0, 7.0], coupon_disc=[0.0, 0.5, 0.0, 1.0])
    start = pd.Timestamp("2017-05-08")
    return tx, pd.DataFrame({"household_id": [1, 2], "start_date": [start, start]})


def kill_asof__wrong_docstring_example_only(fn):
    """Only the docstring's example, on which all planted mistakes are right: it accepts every wrong version."""
    tx, t = _docstring_case()
    return bool(
        np.allclose(fn(tx, t, 30)[_COLS].to_numpy(dtype=float), [[1, 5, 1, 7], [0, 0, 0, 30]])
    )


def kill_asof__wrong_demands_column_order(fn):
    """Compares the plain array, so it demands one order of the columns, which the statement leaves free: right versions are rejected."""
    tx, targets, want = _asof_case()
    got = fn(tx, targets, 10)
    return bool(
        list(got.index) == list(targets.index) and np.allclose(got.to_numpy(dtype=float), want)
    )


def kill_asof__wrong_demands_floats(fn):
    """assert_frame_equal with its defaults demands float columns; a right version may return whole numbers."""
    tx, targets, want = _asof_case()
    expect = pd.DataFrame(want, columns=_COLS, index=targets.index, dtype=float)
    try:
        pd.testing.assert_frame_equal(fn(tx, targets, 10)[_COLS], expect)
    except AssertionError:
        return False
    return True


def kill_asof__wrong_demands_fresh_index(fn):
    """Demands the index 0, 1, ..., but the contract says the index of targets: right versions are rejected."""
    tx, targets, want = _asof_case()
    expect = pd.DataFrame(want, columns=_COLS).astype(float)
    return bool(fn(tx, targets, 10)[_COLS].astype(float).equals(expect))


def kill_asof__wrong_window_only(fn):
    """Tests both ends of the window with one household and one row only: mistakes with two starts, equal lines, order or silent households pass."""
    lines = [(1, 1, -11, 100.0), (1, 2, -10, 1.0), (1, 3, -1, 2.0), (1, 4, 0, 50.0)]
    tx = pd.DataFrame(
        [(h, b, _d(k), s, 0.0) for h, b, k, s in lines],
        columns=["household_id", "basket_id", "day", "sales_value", "coupon_disc"],
    )
    t = pd.DataFrame({"household_id": [1], "start_date": [_d(0)]})
    return bool(np.allclose(fn(tx, t, 10)[_COLS].astype(float), [[2, 3, 0, 1]]))


def kill_asof__wrong_shape_and_nan_only(fn):
    """Looks at shape, column names and NaN, never at a number: nearly every planted mistake passes."""
    tx, targets, _ = _asof_case()
    got = fn(tx, targets, 10)
    return bool(
        got.shape == (6, 4) and set(got.columns) == set(_COLS) and not got.isna().any().any()
    )


def kill_asof__wrong_future_only(fn):
    """Only checks that purchases on and after the start change nothing; the other end and all counting mistakes pass."""
    tx, targets, _ = _asof_case()
    t = targets.iloc[[2]]
    a = fn(tx, t, 10)[_COLS].astype(float)
    b = fn(tx[tx["day"] < _d(0)], t, 10)[_COLS].astype(float)
    return bool(np.allclose(a, b))


def kill_asof__unsure_sums_only(fn):
    """Compares the sums of the columns: mistakes in the order of rows or between rows of one household cancel or pass, and so do index mistakes."""
    tx, targets, want = _asof_case()
    return bool(
        np.allclose(fn(tx, targets, 10)[_COLS].sum().to_numpy(dtype=float), np.sum(want, axis=0))
    )


def kill_asof__wrong_oracle_drops_equal_lines(fn):
    """Its hand-made table counts two equal lines once, so it rejects right versions."""
    tx, targets, want = _asof_case()
    want = [list(r) for r in want]
    want[2] = want[4] = [3, 15, 3, 1]
    return bool(np.allclose(fn(tx, targets, 10)[_COLS].to_numpy(dtype=float), want))


def kill_asof__wrong_oracle_recency_of_old_purchase(fn):
    """Expects the household with only older purchases to have its real age (30), not lookback: it rejects right versions."""
    tx, targets, want = _asof_case()
    want = [list(r) for r in want]
    want[5] = [0, 0, 0, 30]
    return bool(np.allclose(fn(tx, targets, 10)[_COLS].to_numpy(dtype=float), want))


def kill_asof__wrong_columns_by_name_forgotten_recency(fn):
    """Compares baskets, sales and coupons on one row per household; recency, two starts of one household and the index are never looked at."""
    tx, targets, want = _asof_case()
    got = fn(tx, targets.iloc[[0, 2, 3, 5]], 10)
    return bool(
        np.allclose(got[_COLS[:3]].to_numpy(dtype=float), [want[i][:3] for i in (0, 2, 3, 5)])
    )


def kill_asof__wrong_always_true(fn):
    """Accepts everything that runs."""
    fn(*_docstring_case(), 30)
    return True


UNSURE["kill_asof__unsure_sums_only"] = (
    "weak (no order, no index), but it may reject 7 of 9 depending on the planted mistakes"
)


# ---------------------------------------------------------------- 7.5 logistic_loss_grad
def logistic_loss_grad__right_logaddexp(w, b, X, y, l2):
    z = X @ w + b
    r = expit(z) - y
    loss = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)
    return float(loss), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__right_log_expit(w, b, X, y, l2):
    X, y, w = np.asarray(X, float), np.asarray(y, float), np.asarray(w, float)
    z = X.dot(w) + b
    ll = y * log_expit(z) + (1 - y) * log_expit(-z)
    err = y - expit(z)
    return (
        -ll.mean() + 0.5 * l2 * np.sum(w**2),
        -(err[:, None] * X).mean(axis=0) + l2 * w,
        -err.mean(),
    )


def logistic_loss_grad__right_loop(w, b, X, y, l2):
    n, m = X.shape
    loss, gw, gb = 0.0, [0.0] * m, 0.0
    for i in range(n):
        z = sum(float(w[j]) * float(X[i, j]) for j in range(m)) + b
        loss += max(z, 0.0) + math.log1p(math.exp(-abs(z))) - float(y[i]) * z
        p = 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
        gb += p - float(y[i])
        for j in range(m):
            gw[j] += (p - float(y[i])) * float(X[i, j])
    loss = loss / n + l2 / 2 * sum(float(v) ** 2 for v in w)
    return loss, np.array([g / n + l2 * float(v) for g, v in zip(gw, w)]), gb / n


def logistic_loss_grad__right_signed_margin(w, b, X, y, l2):
    s = 2 * np.asarray(y) - 1
    z = np.einsum("ij,j->i", X, w) + b
    loss = np.logaddexp(0, -s * z).mean() + l2 * np.linalg.norm(w) ** 2 / 2
    dz = -s * expit(-s * z) / len(z)
    return loss, dz @ X + l2 * w, dz.sum()


def _llg(w, b, X, y, l2):
    z = X @ w + b
    return z, expit(z) - y, np.mean(np.logaddexp(0, z) - y * z)


def logistic_loss_grad__wrong_overflow(w, b, X, y, l2):
    """log(1 + exp(z)) overflows: from z of about 710 on the loss is infinite."""
    z, r, _ = _llg(w, b, X, y, l2)
    loss = np.mean(np.log(1 + np.exp(z)) - y * z) + l2 / 2 * (w @ w)
    return float(loss), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__wrong_log_of_p(w, b, X, y, l2):
    """-y log p - (1 - y) log(1 - p): where p rounds to 0 or 1 (|z| above about 37 on the positive side) the loss is infinite or NaN."""
    z, r, _ = _llg(w, b, X, y, l2)
    p = expit(z)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + l2 / 2 * (w @ w)
    return float(loss), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__wrong_clipped_p(w, b, X, y, l2):
    """Clips p to [1e-15, 1 - 1e-15]: finite, but the loss of one row is capped at about 34.5, which is wrong where z is larger."""
    z, r, _ = _llg(w, b, X, y, l2)
    p = np.clip(expit(z), 1e-15, 1 - 1e-15)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + l2 / 2 * (w @ w)
    return float(loss), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__wrong_clipped_z(w, b, X, y, l2):
    """Clips z to [-500, 500] against overflow: finite, but too small a loss where z is in the thousands and the row is wrong."""
    z = np.clip(X @ w + b, -500, 500)
    r = 1 / (1 + np.exp(-z)) - y
    return (
        float(np.mean(np.log1p(np.exp(z)) - y * z) + l2 / 2 * (w @ w)),
        X.T @ r / len(y) + l2 * w,
        float(r.mean()),
    )


def logistic_loss_grad__wrong_intercept_penalised(w, b, X, y, l2):
    """The intercept is penalised, in the loss and in its gradient; it shows where b and l2 are not 0."""
    z, r, data_loss = _llg(w, b, X, y, l2)
    return (
        float(data_loss + l2 / 2 * (w @ w + b**2)),
        X.T @ r / len(y) + l2 * w,
        float(r.mean() + l2 * b),
    )


def logistic_loss_grad__wrong_sum_not_mean(w, b, X, y, l2):
    """Sums over the rows instead of taking the mean, in the loss and its gradients (fails the docstring example)."""
    z, r, data_loss = _llg(w, b, X, y, l2)
    return float(data_loss * len(y) + l2 / 2 * (w @ w)), X.T @ r + l2 * w, float(r.sum())


def logistic_loss_grad__wrong_gradient_summed(w, b, X, y, l2):
    """The loss is a mean but the gradient in w is a sum: 1/n was forgotten there (fails the docstring example)."""
    z, r, data_loss = _llg(w, b, X, y, l2)
    return float(data_loss + l2 / 2 * (w @ w)), X.T @ r + l2 * w, float(r.mean())


def logistic_loss_grad__wrong_half_forgotten(w, b, X, y, l2):
    """The penalty in the loss is l2 ||w||^2 without the half, while the gradient is l2 w; it shows where w and l2 are not 0."""
    z, r, data_loss = _llg(w, b, X, y, l2)
    return float(data_loss + l2 * (w @ w)), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__wrong_two_in_gradient(w, b, X, y, l2):
    """The gradient of the penalty is 2 l2 w, as if the loss had no half; it shows where w and l2 are not 0."""
    z, r, data_loss = _llg(w, b, X, y, l2)
    return float(data_loss + l2 / 2 * (w @ w)), X.T @ r / len(y) + 2 * l2 * w, float(r.mean())


def logistic_loss_grad__wrong_norm_not_squared(w, b, X, y, l2):
    """The penalty uses the norm of w, not its square; it shows where ||w|| is neither 0 nor 1."""
    z, r, data_loss = _llg(w, b, X, y, l2)
    return float(data_loss + l2 / 2 * np.linalg.norm(w)), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__wrong_penalty_not_in_gradient(w, b, X, y, l2):
    """The penalty is in the loss but its derivative is missing in the gradient; it shows where w and l2 are not 0."""
    z, r, data_loss = _llg(w, b, X, y, l2)
    return float(data_loss + l2 / 2 * (w @ w)), X.T @ r / len(y), float(r.mean())


def logistic_loss_grad__wrong_penalty_over_n(w, b, X, y, l2):
    """The penalty is inside the mean: divided by n as well; it shows where w and l2 are not 0 and n > 1."""
    z, r, data_loss = _llg(w, b, X, y, l2)
    n = len(y)
    return float(data_loss + l2 / (2 * n) * (w @ w)), (X.T @ r + l2 * w) / n, float(r.mean())


def logistic_loss_grad__wrong_sign(w, b, X, y, l2):
    """The gradients have y - p instead of p - y: the direction of ascent (fails the docstring example)."""
    z, r, data_loss = _llg(w, b, X, y, l2)
    return float(data_loss + l2 / 2 * (w @ w)), -X.T @ r / len(y) + l2 * w, float(-r.mean())


def logistic_loss_grad__wrong_b_not_in_z(w, b, X, y, l2):
    """The intercept is left out of z; it shows where b is not 0."""
    z, r, data_loss = _llg(w, 0.0, X, y, l2)
    return float(data_loss + l2 / 2 * (w @ w)), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__wrong_sklearn_log_loss(w, b, X, y, l2):
    """sklearn's log_loss clips p at the machine epsilon: the loss of a confidently wrong row is capped at about 36."""
    z, r, _ = _llg(w, b, X, y, l2)
    loss = log_loss(y, expit(z), labels=[0, 1]) + l2 / 2 * (w @ w)
    return float(loss), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__right_naive_sigmoid_warns(w, b, X, y, l2):
    z = X @ w + b
    r = 1 / (1 + np.exp(-z)) - y
    return (
        float(np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)),
        X.T @ r / len(y) + l2 * w,
        float(r.mean()),
    )


UNSURE["logistic_loss_grad__right_naive_sigmoid_warns"] = (
    "right numbers everywhere (1 / inf = 0), but a RuntimeWarning for large z: the statement does not say whether warnings count"
)


# ---------------------------------------------------------------- 7.6 calibration_table
def calibration_table__right_array_split(y, p, bins):
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    parts = np.array_split(order, min(bins, len(p)))
    table = pd.DataFrame(
        {
            "n": [len(i) for i in parts],
            "predicted": [p[i].mean() for i in parts],
            "observed": [y[i].mean() for i in parts],
        }
    )
    ece = (table["n"] / len(p) * (table["predicted"] - table["observed"]).abs()).sum()
    return table, float(ece)


def calibration_table__right_divmod_slices(y, p, bins):
    pairs = sorted(zip(p, y), key=lambda v: v[0])
    k = min(bins, len(pairs))
    size, extra = divmod(len(pairs), k)
    rows, at, ece = [], 0, 0.0
    for b in range(k):
        m = size + (b < extra)
        part = pairs[at : at + m]
        at += m
        pred, obs = sum(v[0] for v in part) / m, sum(v[1] for v in part) / m
        rows.append((m, pred, obs))
        ece += m / len(pairs) * abs(pred - obs)
    return pd.DataFrame(rows, columns=["n", "predicted", "observed"]), ece


def calibration_table__right_groupby(y, p, bins):
    d = (
        pd.DataFrame({"y": list(y), "p": list(p)})
        .sort_values("p", kind="stable")
        .reset_index(drop=True)
    )
    k = min(bins, len(d))
    size, extra = divmod(len(d), k)
    d["bin"] = np.repeat(np.arange(k), [size + (b < extra) for b in range(k)])
    t = d.groupby("bin").agg(n=("y", "size"), predicted=("p", "mean"), observed=("y", "mean"))
    return t, np.average((t["predicted"] - t["observed"]).abs(), weights=t["n"])


def _calib(y, p, order, parts):
    t = pd.DataFrame(
        {
            "n": [len(i) for i in parts],
            "predicted": [p[i].mean() for i in parts],
            "observed": [y[i].mean() for i in parts],
        }
    )
    return t, float((t["n"] * (t["predicted"] - t["observed"]).abs()).sum() / len(p))


def calibration_table__wrong_unstable_sort(y, p, bins):
    """np.argsort without kind="stable": equal predictions may change their order (with more than 16 rows), and so do the observed rates."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(p)
    return _calib(y, p, order, np.array_split(order, min(bins, len(p))))


def calibration_table__wrong_ties_sorted_by_outcome(y, p, bins):
    """sorted(zip(p, y)) also sorts equal predictions by the outcome, so ties at a border do not stay in their order."""
    pairs = sorted(zip(p, y))
    parts = np.array_split(np.arange(len(pairs)), min(bins, len(pairs)))
    p2, y2 = np.array([v[0] for v in pairs], float), np.array([v[1] for v in pairs], float)
    return _calib(y2, p2, None, parts)


def calibration_table__wrong_ties_reversed(y, p, bins):
    """Sorts by -p and turns the order round, so equal predictions stand in reversed order."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(-p, kind="stable")[::-1]
    return _calib(y, p, order, np.array_split(order, min(bins, len(p))))


def calibration_table__wrong_equal_width(y, p, bins):
    """Bins of equal width from 0 to 1 instead of equal count."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    which = np.minimum((p * bins).astype(int), bins - 1)
    parts = [np.flatnonzero(which == b) for b in range(bins)]
    return _calib(y, p, None, [i for i in parts if len(i)])


def calibration_table__wrong_qcut(y, p, bins):
    """pd.qcut on p: equal predictions always share a bin, so with ties the sizes differ by more than one (and bins may be missing)."""
    d = pd.DataFrame({"y": np.asarray(y, float), "p": np.asarray(p, float)})
    d["bin"] = pd.qcut(d["p"], min(bins, len(d)), labels=False, duplicates="drop")
    d["bin"] = d["bin"].fillna(0)
    t = (
        d.groupby("bin")
        .agg(n=("y", "size"), predicted=("p", "mean"), observed=("y", "mean"))
        .reset_index(drop=True)
    )
    return t, float((t["n"] * (t["predicted"] - t["observed"]).abs()).sum() / len(d))


def calibration_table__wrong_qcut_of_ranks(y, p, bins):
    """pd.qcut on ranks: sizes differ by at most one, but the larger bins need not come first (5 customers in 3 bins: 2, 1, 2)."""
    d = pd.DataFrame({"y": np.asarray(y, float), "p": np.asarray(p, float)})
    d["bin"] = pd.qcut(d["p"].rank(method="first"), min(bins, len(d)), labels=False)
    t = d.groupby("bin").agg(n=("y", "size"), predicted=("p", "mean"), observed=("y", "mean"))
    return t, float((t["n"] * (t["predicted"] - t["observed"]).abs()).sum() / len(d))


def calibration_table__wrong_larger_bins_last(y, p, bins):
    """Cuts at floor(n b / bins): the larger bins do not come first (3 customers in 2 bins: 1, 2; fails the docstring example)."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order, k = np.argsort(p, kind="stable"), min(bins, len(p))
    cuts = [len(p) * b // k for b in range(k + 1)]
    return _calib(y, p, order, [order[a:b] for a, b in zip(cuts, cuts[1:])])


def calibration_table__wrong_ceil_sized_bins(y, p, bins):
    """Every bin has ceil(n / bins) rows and the last takes what is left: sizes may differ by more than one, and bins may be missing (9 in 4: 3, 3, 3)."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order, m = np.argsort(p, kind="stable"), math.ceil(len(p) / bins)
    return _calib(y, p, order, [order[a : a + m] for a in range(0, len(p), m)])


def calibration_table__wrong_empty_bins(y, p, bins):
    """Fewer customers than bins is forgotten: empty bins with n = 0 and NaN."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    parts = np.array_split(order, bins)
    t = pd.DataFrame(
        {
            "n": [len(i) for i in parts],
            "predicted": [p[i].mean() if len(i) else np.nan for i in parts],
            "observed": [y[i].mean() if len(i) else np.nan for i in parts],
        }
    )
    return t, float((t["n"] * (t["predicted"] - t["observed"]).abs()).sum() / len(p))


def calibration_table__wrong_unweighted_ece(y, p, bins):
    """ECE is the plain mean over bins: wrong where the bins differ in size and their gaps differ. In the docstring example both gaps are 0.3, so it does not show there."""
    t, _ = calibration_table__right_array_split(y, p, bins)
    return t, float((t["predicted"] - t["observed"]).abs().mean())


def calibration_table__wrong_abs_outside(y, p, bins):
    """The absolute value is taken after the sum: bins that promise too much and too little cancel."""
    t, _ = calibration_table__right_array_split(y, p, bins)
    return t, float(abs((t["n"] * (t["predicted"] - t["observed"])).sum() / t["n"].sum()))


def calibration_table__wrong_squared(y, p, bins):
    """Root of the weighted mean square of the gaps instead of the mean absolute gap; equal only if all gaps are equal."""
    t, _ = calibration_table__right_array_split(y, p, bins)
    return t, float(np.sqrt(np.average((t["predicted"] - t["observed"]) ** 2, weights=t["n"])))


def calibration_table__wrong_largest_gap(y, p, bins):
    """Returns the largest gap (MCE) instead of the weighted mean gap."""
    t, _ = calibration_table__right_array_split(y, p, bins)
    return t, float((t["predicted"] - t["observed"]).abs().max())


def calibration_table__wrong_highest_first(y, p, bins):
    """The bins run from the highest to the lowest predictions (fails the docstring example)."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(-p, kind="stable")
    return _calib(y, p, order, np.array_split(order, min(bins, len(p))))


def calibration_table__wrong_not_sorted(y, p, bins):
    """Cuts the rows in the order in which they come; they are not sorted by p."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.arange(len(p))
    return _calib(y, p, order, np.array_split(order, min(bins, len(p))))


def calibration_table__wrong_median_prediction(y, p, bins):
    """predicted is the median of the bin, not its mean; it shows in bins of three or more with uneven predictions."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    parts = np.array_split(order, min(bins, len(p)))
    t = pd.DataFrame(
        {
            "n": [len(i) for i in parts],
            "predicted": [np.median(p[i]) for i in parts],
            "observed": [y[i].mean() for i in parts],
        }
    )
    return t, float((t["n"] * (t["predicted"] - t["observed"]).abs()).sum() / len(p))


def calibration_table__wrong_numbered_from_one(y, p, bins):
    """The bins are numbered from 1, not from 0."""
    t, ece = calibration_table__right_array_split(y, p, bins)
    t.index = t.index + 1
    return t, ece


def calibration_table__wrong_series_labels(y, p, bins):
    """Indexes y and p by label: a Series with another index than 0, 1, ... raises KeyError or picks wrong rows (plain lists work)."""
    y = y if isinstance(y, pd.Series) else pd.Series(list(y))
    p = p if isinstance(p, pd.Series) else pd.Series(list(p))
    order = np.argsort(p.to_numpy(), kind="stable")
    parts = np.array_split(order, min(bins, len(p)))
    t = pd.DataFrame(
        {
            "n": [len(i) for i in parts],
            "predicted": [p.loc[i].mean() for i in parts],
            "observed": [y.loc[i].mean() for i in parts],
        }
    )
    return t, float((t["n"] * (t["predicted"] - t["observed"]).abs()).sum() / len(p))


# ---------------------------------------------------------------- 7.7 ece_floor
def _ece(y, p, bins):
    return calibration_table__right_array_split(y, p, bins)[1]


def ece_floor__right_loop(p, u, bins):
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = [_ece((row < p).astype(int), p, bins) for row in u]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__right_vectorised(p, u, bins):
    p, u = np.asarray(p, float), np.asarray(u, float)
    order = np.argsort(p, kind="stable")
    gap = (u < p)[:, order] - p[order]
    parts = np.array_split(np.arange(len(p)), min(bins, len(p)))
    e = np.array([np.abs(gap[:, i].sum(axis=1)) for i in parts]).sum(axis=0) / len(p)
    return e.mean(), np.quantile(e, 0.95)


def ece_floor__right_percentile_pandas(p, u, bins):
    e = pd.Series(
        [
            calibration_table__right_groupby([int(a < b) for a, b in zip(row, p)], list(p), bins)[1]
            for row in u
        ]
    )
    return float(e.mean()), float(e.quantile(0.95))


def _floor(p, u, bins, drawn=None, stats=None):
    p, u = np.asarray(p, float), np.asarray(u, float)
    y = (u < p) if drawn is None else drawn(u, p)
    e = [_ece(row.astype(int), p, bins) for row in y]
    return (float(np.mean(e)), float(np.quantile(e, 0.95))) if stats is None else stats(np.array(e))


def ece_floor__wrong_less_or_equal(p, u, bins):
    """u <= p instead of u < p: it shows only where a drawn number equals a probability, such as u = 0 and p = 0."""
    return _floor(p, u, bins, lambda u, p: u <= p)


def ece_floor__wrong_greater(p, u, bins):
    """u > p: the customers redeem with probability 1 - p (fails the docstring example)."""
    return _floor(p, u, bins, lambda u, p: u > p)


def ece_floor__wrong_half_threshold(p, u, bins):
    """Compares u with 0.5 instead of with p: everybody redeems half the time."""
    return _floor(p, u, bins, lambda u, p: u < 0.5)


def ece_floor__wrong_average_outcome(p, u, bins):
    """Averages the outcomes over the simulations first and computes one error of the averages: chance cancels and the floor is far too low."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = _ece((u < p).mean(axis=0), p, bins)
    return e, e


def ece_floor__wrong_outcomes_pooled(p, u, bins):
    """Pools all simulations into one long sample: one error of n_simulations x n customers, too small, and no percentile."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = _ece((u < p).ravel().astype(int), np.tile(p, len(u)), bins)
    return e, e


def ece_floor__wrong_percentile_scale(p, u, bins):
    """np.percentile(errors, 0.95) is the 0.95th percentile, nearly the smallest error, not the 95th."""
    return _floor(p, u, bins, stats=lambda e: (float(e.mean()), float(np.percentile(e, 0.95))))


def ece_floor__wrong_upper_of_interval(p, u, bins):
    """The 97.5th percentile, as for a two-sided interval, instead of the 95th."""
    return _floor(p, u, bins, stats=lambda e: (float(e.mean()), float(np.quantile(e, 0.975))))


def ece_floor__wrong_normal_quantile(p, u, bins):
    """Mean + 1.645 standard deviations instead of the percentile of the simulated errors, which are skewed."""
    return _floor(p, u, bins, stats=lambda e: (float(e.mean()), float(e.mean() + 1.645 * e.std())))


def ece_floor__wrong_quantile_without_interpolation(p, u, bins):
    """Takes the sorted error at int(0.95 n): no linear interpolation, as numpy.quantile does by default (docstring: 0.6 instead of 0.57)."""
    return _floor(
        p,
        u,
        bins,
        stats=lambda e: (float(e.mean()), float(np.sort(e)[min(int(0.95 * len(e)), len(e) - 1)])),
    )


def ece_floor__wrong_median(p, u, bins):
    """The median error instead of the mean (docstring: 0.4 instead of 0.425)."""
    return _floor(p, u, bins, stats=lambda e: (float(np.median(e)), float(np.quantile(e, 0.95))))


def ece_floor__wrong_sorted_p_unsorted_u(p, u, bins):
    """Sorts p but not the columns of u: customer i is compared with another customer's draw; it shows where p is not sorted already."""
    return _floor(np.sort(np.asarray(p, float)), u, bins)


def ece_floor__wrong_columns_are_simulations(p, u, bins):
    """Takes the columns of u as simulations: it fails with a shape error unless u is square."""
    return _floor(p, np.asarray(u, float).T, bins)


def ece_floor__wrong_own_draws(p, u, bins):
    """Draws its own numbers and uses only the shape of u: the result is not that of the simulations given (fails the docstring example)."""
    return _floor(p, np.random.default_rng(123).random(np.shape(u)), bins)


def ece_floor__wrong_equal_width(p, u, bins):
    """Bins of equal width from 0 to 1, not of equal count as in calibration_table."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = [calibration_table__wrong_equal_width((r < p).astype(int), p, bins)[1] for r in u]
    return float(np.mean(e)), float(np.quantile(e, 0.95))


def ece_floor__wrong_lists_compared(p, u, bins):
    """Compares u with p without making arrays of them: plain lists compare as a whole (TypeError or one truth value); arrays work (fails the docstring example)."""
    e = [_ece((row < p), p, bins) for row in u]
    return float(np.mean(e)), float(np.quantile(e, 0.95))


# ---------------------------------------------------------------- 7.8 recalibrate
def _lo(p, eps=1e-6):
    return logit(np.clip(np.asarray(p, float), eps, 1 - eps))


def recalibrate__right_sklearn_inf(p_old, y_old, p_new):
    m = LogisticRegression(C=np.inf, max_iter=10_000, tol=1e-9)
    m.fit(_lo(p_old).reshape(-1, 1), np.asarray(y_old))
    return m.predict_proba(_lo(p_new).reshape(-1, 1))[:, 1]


def recalibrate__right_statsmodels(p_old, y_old, p_new):
    fit = sm.Logit(
        np.asarray(y_old, float), np.column_stack([np.ones(len(p_old)), _lo(p_old)])
    ).fit(disp=0, maxiter=200)
    return fit.predict(np.column_stack([np.ones(len(p_new)), _lo(p_new)]))


def recalibrate__right_newton(p_old, y_old, p_new):
    x, y = _lo(p_old), np.asarray(y_old, float)
    mu, sd = x.mean(), x.std()
    A, beta = np.column_stack([np.ones_like(x), (x - mu) / sd]), np.zeros(2)

    def loss(v):
        z = A @ v
        return np.sum(np.logaddexp(0, z) - y * z)

    for _ in range(500):
        q = expit(A @ beta)
        g, H = A.T @ (q - y), A.T @ (A * (q * (1 - q))[:, None])
        step, t = np.linalg.solve(H + 1e-12 * np.eye(2), g), 1.0
        while loss(beta - t * step) > loss(beta) and t > 1e-10:
            t /= 2
        beta = beta - t * step
        if np.abs(t * step).max() < 1e-12:
            break
    return expit(beta[0] + beta[1] * (_lo(p_new) - mu) / sd)


def recalibrate__right_scipy_minimize(p_old, y_old, p_new):
    x, y = _lo(p_old), np.asarray(y_old, float)

    def f(v):
        z = v[0] + v[1] * x
        r = (expit(z) - y) / len(y)
        return np.mean(np.logaddexp(0, z) - y * z), np.array([r.sum(), r @ x])

    v = minimize(f, [0.0, 1.0], jac=True, method="BFGS", options={"gtol": 1e-10}).x
    return expit(v[0] + v[1] * _lo(p_new))


def _platt(x_old, y_old, x_new, C=np.inf, **kw):
    m = LogisticRegression(C=C, max_iter=10_000, tol=1e-9, **kw)
    m.fit(np.asarray(x_old, float).reshape(-1, 1), np.asarray(y_old))
    return m.predict_proba(np.asarray(x_new, float).reshape(-1, 1))[:, 1]


def recalibrate__wrong_default_penalty(p_old, y_old, p_new):
    """Scikit-learn's default penalty C = 1: the slope is shrunk, most with few old promises (fails the docstring example)."""
    return _platt(_lo(p_old), y_old, _lo(p_new), C=1.0)


def recalibrate__wrong_on_probabilities(p_old, y_old, p_new):
    """The feature is the probability itself, not its log odds; it shows where more than two promises differ, or for new promises that are not among the old ones (two values are met exactly either way)."""
    return _platt(p_old, y_old, p_new)


def recalibrate__wrong_log_instead_of_logit(p_old, y_old, p_new):
    """log p instead of the log odds log(p / (1 - p)); it shows where more than two values of p occur."""
    f = lambda p: np.log(np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6))
    return _platt(f(p_old), y_old, f(p_new))


def recalibrate__wrong_not_clipped(p_old, y_old, p_new):
    """No clipping: a promise of 0 or 1 has infinite log odds, and the fit raises an error."""
    return _platt(logit(np.asarray(p_old, float)), y_old, logit(np.asarray(p_new, float)))


def recalibrate__wrong_new_not_clipped(p_old, y_old, p_new):
    """Only the old promises are clipped: a new promise of 0 or 1 raises an error or gives exactly 0 or 1."""
    return _platt(_lo(p_old), y_old, logit(np.asarray(p_new, float)))


def recalibrate__wrong_clip_one_percent(p_old, y_old, p_new):
    """Clips at 0.01 and 0.99 instead of 1e-6: promises outside are all taken as the same."""
    return _platt(_lo(p_old, 0.01), y_old, _lo(p_new, 0.01))


def recalibrate__wrong_clip_machine_epsilon(p_old, y_old, p_new):
    """Clips at 1e-15: a promise of 0 or 1 has log odds of 34.5 instead of 13.8, which moves the fit and what it says there."""
    return _platt(_lo(p_old, 1e-15), y_old, _lo(p_new, 1e-15))


def recalibrate__wrong_slope_only(p_old, y_old, p_new):
    """No intercept: promises that are too high on average cannot be lowered everywhere (fails the docstring example)."""
    return _platt(_lo(p_old), y_old, _lo(p_new), fit_intercept=False)


def recalibrate__wrong_intercept_only(p_old, y_old, p_new):
    """Only shifts the log odds (slope fixed at 1): promises that are too extreme stay so. The docstring example happens to have slope 1 and does not show it."""
    x, y = _lo(p_old), np.asarray(y_old, float)
    lo, hi = -40.0, 40.0
    for _ in range(200):
        mid = (lo + hi) / 2
        lo, hi = (mid, hi) if expit(x + mid).mean() < y.mean() else (lo, mid)
    return expit(_lo(p_new) + lo)


def recalibrate__wrong_factor(p_old, y_old, p_new):
    """Multiplies by came / promised: one factor, not a line in the log odds (fails the docstring example)."""
    return np.clip(np.asarray(p_new, float) * np.mean(y_old) / np.mean(p_old), 0, 1)


def recalibrate__wrong_isotonic(p_old, y_old, p_new):
    """Isotonic regression, a step function: with two promises it agrees, with many it does not."""
    return (
        IsotonicRegression(out_of_bounds="clip")
        .fit(np.asarray(p_old, float), np.asarray(y_old, float))
        .predict(np.asarray(p_new, float))
    )


def recalibrate__wrong_first_column(p_old, y_old, p_new):
    """Column 0 of predict_proba: the probability of not redeeming (fails the docstring example)."""
    return 1 - _platt(_lo(p_old), y_old, _lo(p_new))


def recalibrate__wrong_labels(p_old, y_old, p_new):
    """predict instead of predict_proba: 0 or 1, not a probability."""
    return (_platt(_lo(p_old), y_old, _lo(p_new)) > 0.5).astype(float)


def recalibrate__wrong_linear_regression(p_old, y_old, p_new):
    """A straight line for y in the log odds, by least squares: it may leave 0 to 1, and agrees only with two promises."""
    b, a = np.polyfit(_lo(p_old), np.asarray(y_old, float), 1)
    return a + b * _lo(p_new)


def recalibrate__wrong_balanced(p_old, y_old, p_new):
    """class_weight="balanced": the corrected promises are those of a world where half redeem (fails the docstring example)."""
    return _platt(_lo(p_old), y_old, _lo(p_new), class_weight="balanced")


def recalibrate__wrong_each_standardised(p_old, y_old, p_new):
    """Standardises old and new log odds each by their own mean and spread: right only if both have the same ones."""
    s = lambda x: (x - x.mean()) / (x.std() or 1.0)
    return _platt(s(_lo(p_old)), y_old, s(_lo(p_new)))


def recalibrate__right_C_1e6_default_tol(p_old, y_old, p_new):
    m = LogisticRegression(C=1e6).fit(_lo(p_old).reshape(-1, 1), np.asarray(y_old))
    return m.predict_proba(_lo(p_new).reshape(-1, 1))[:, 1]


UNSURE["recalibrate__right_C_1e6_default_tol"] = (
    "nearly no penalty, default tolerance: 'without a penalty' is not met to the letter, 'right within 0.001' probably is"
)


# ---------------------------------------------------------------- 7.9 choose_offers
def choose_offers__right_numpy(p, margin, cost, budget):
    value = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    order = [int(i) for i in np.argsort(-value, kind="stable") if value[i] > 0]
    if np.isinf(budget):
        return order
    return order[: int(math.floor(round(budget / cost, 9)))]


def choose_offers__right_sorted_key(p, margin, cost, budget):
    value = [round(float(a) * float(m) - cost, 9) for a, m in zip(p, margin)]
    out = []
    for i in sorted(range(len(value)), key=lambda i: (-value[i], i)):
        if value[i] <= 0 or round((len(out) + 1) * cost - budget, 9) > 0:
            break
        out.append(i)
    return out


def choose_offers__right_pandas(p, margin, cost, budget):
    d = pd.DataFrame({"v": (np.asarray(p, float) * np.asarray(margin, float) - cost).round(9)})
    d = d[d["v"] > 0].sort_values("v", ascending=False, kind="stable")
    pays = len(d) if budget == math.inf else min(len(d), int((budget + 1e-9) / cost + 1e-9))
    return d.index[:pays].tolist()


def _offers(p, margin, cost, budget, value=None, order=None, keep=None, pays=None):
    p, margin = np.asarray(p, float), np.asarray(margin, float)
    v = np.round(p * margin - cost, 9) if value is None else value(p, margin)
    o = np.argsort(-v, kind="stable") if order is None else order(v, p)
    o = [int(i) for i in o if (v[i] > 0 if keep is None else keep(v[i], p[i]))]
    if pays is not None:
        return o[: pays(len(o))]
    return o if np.isinf(budget) else o[: int(math.floor(round(budget / cost, 9)))]


def choose_offers__wrong_budget_floor_division(p, margin, cost, budget):
    """budget // cost suffers from rounding: 1 // 0.1 is 9.0, so a budget of 1 USD pays for nine offers at 0.1 USD only."""
    return _offers(
        p, margin, cost, budget, pays=lambda n: n if np.isinf(budget) else int(budget // cost)
    )


def choose_offers__wrong_int_of_ratio(p, margin, cost, budget):
    """int(budget / cost) without rounding: 0.3 / 0.1 is 2.9999..., so two offers instead of three."""
    return _offers(
        p, margin, cost, budget, pays=lambda n: n if np.isinf(budget) else int(budget / cost)
    )


def choose_offers__wrong_budget_rounded_up(p, margin, cost, budget):
    """round(budget / cost) instead of rounding down: a budget of 1.7 USD sends two offers at 1 USD."""
    return _offers(
        p, margin, cost, budget, pays=lambda n: n if np.isinf(budget) else int(round(budget / cost))
    )


def choose_offers__wrong_running_sum(p, margin, cost, budget):
    """Adds the costs one by one and compares exactly: 0.1 + 0.1 + 0.1 > 0.3, so the last paid offer is lost."""

    def pays(n):
        spent, k = 0.0, 0
        while k < n and spent + cost <= budget:
            spent, k = spent + cost, k + 1
        return k

    return _offers(p, margin, cost, budget, pays=pays)


def choose_offers__wrong_budget_below(p, margin, cost, budget):
    """The budget must not be used up completely (spent < budget): with a budget of 2 USD one offer at 1 USD."""
    return _offers(
        p,
        margin,
        cost,
        budget,
        pays=lambda n: n if np.isinf(budget) else max(0, math.ceil(round(budget / cost, 9)) - 1),
    )


def choose_offers__wrong_budget_is_a_count(p, margin, cost, budget):
    """Takes the budget as a number of offers, not as USD: it shows where the cost is not 1."""
    return _offers(p, margin, cost, budget, pays=lambda n: n if np.isinf(budget) else int(budget))


def choose_offers__wrong_infinite_budget(p, margin, cost, budget):
    """int(budget / cost) raises OverflowError for an infinite budget."""
    return _offers(
        p,
        margin,
        cost,
        budget,
        pays=lambda n: int(math.floor(round(budget / cost, 9) if budget < math.inf else budget)),
    )


def choose_offers__wrong_budget_ignored(p, margin, cost, budget):
    """Everybody with a value above 0, whatever the budget pays for (fails the docstring example)."""
    return _offers(p, margin, cost, math.inf)


def choose_offers__wrong_zero_value_sent(p, margin, cost, budget):
    """Customers with a value of exactly 0 get an offer too (>= 0)."""
    return _offers(p, margin, cost, budget, keep=lambda v, p: v >= 0)


def choose_offers__wrong_not_rounded(p, margin, cost, budget):
    """Values are not rounded: 0.1 x 7 - 0.7 comes out a hair above 0 and is sent, and equal values may be ordered by rounding errors."""
    return _offers(p, margin, cost, budget, value=lambda p, m: p * m - cost)


def choose_offers__wrong_ties_reversed(p, margin, cost, budget):
    """argsort of the value turned round: of equal values the higher number comes first."""
    return _offers(p, margin, cost, budget, order=lambda v, p: np.argsort(v, kind="stable")[::-1])


def choose_offers__wrong_unstable_sort(p, margin, cost, budget):
    """np.argsort without kind="stable": equal values may come in any order (with more than 16 customers)."""
    return _offers(p, margin, cost, budget, order=lambda v, p: np.argsort(-v))


def choose_offers__wrong_sorted_by_probability(p, margin, cost, budget):
    """Sorted by the probability instead of by the value; with different margins the budget goes to the wrong customers."""
    return _offers(p, margin, cost, budget, order=lambda v, p: np.argsort(-p, kind="stable"))


def choose_offers__wrong_half_threshold(p, margin, cost, budget):
    """Sends where p > 0.5 instead of where the value is above 0 (fails the docstring example)."""
    return _offers(p, margin, cost, budget, keep=lambda v, p: p > 0.5)


def choose_offers__wrong_cost_only_if_redeemed(p, margin, cost, budget):
    """p x (margin - cost): the cost is counted only if the offer is redeemed, so unlikely customers with a large margin are sent one."""
    return _offers(p, margin, cost, budget, value=lambda p, m: np.round(p * (m - cost), 9))


def choose_offers__wrong_cost_forgotten(p, margin, cost, budget):
    """The value is p x margin; the cost is not taken off, so all customers with p and margin above 0 count (fails the docstring example)."""
    return _offers(p, margin, cost, budget, value=lambda p, m: np.round(p * m, 9))


def choose_offers__wrong_threshold_division(p, margin, cost, budget):
    """Keeps p > cost / margin: with a negative margin the threshold is negative, so customers who bring a loss are sent one (and a margin of 0 divides by 0)."""
    p, margin = np.asarray(p, float), np.asarray(margin, float)
    v = np.round(p * margin - cost, 9)
    with np.errstate(divide="ignore", invalid="ignore"):
        ok = p > cost / margin
    o = [int(i) for i in np.argsort(-v, kind="stable") if ok[i] and v[i] != 0]
    return o if np.isinf(budget) else o[: int(math.floor(round(budget / cost, 9)))]


def choose_offers__wrong_lowest_first(p, margin, cost, budget):
    """The lowest value above 0 first (ascending sort; fails the docstring example)."""
    return _offers(p, margin, cost, budget, order=lambda v, p: np.argsort(v, kind="stable"))


def choose_offers__wrong_sorted_numbers(p, margin, cost, budget):
    """Returns the right customers sorted by their number, not by value (fails the docstring example)."""
    return sorted(_offers(p, margin, cost, budget))


def choose_offers__wrong_positions_after_filter(p, margin, cost, budget):
    """Filters first and returns positions among those that are left, not the customers' own numbers; it shows where somebody before them is filtered out."""
    p, margin = np.asarray(p, float), np.asarray(margin, float)
    v = np.round(p * margin - cost, 9)
    v = v[v > 0]
    o = np.argsort(-v, kind="stable").tolist()
    return o if np.isinf(budget) else o[: int(math.floor(round(budget / cost, 9)))]


def choose_offers__right_returns_array(p, margin, cost, budget):
    return np.array(choose_offers__right_numpy(p, margin, cost, budget), dtype=int)


UNSURE["choose_offers__right_returns_array"] = (
    "the docstring says list of int; an integer array holds the same numbers"
)


def choose_offers__right_numpy_ints(p, margin, cost, budget):
    return [np.int64(i) for i in choose_offers__right_numpy(p, margin, cost, budget)]


UNSURE["choose_offers__right_numpy_ints"] = (
    "a list of numpy integers; prints otherwise than the docstring example"
)


# ---------------------------------------------------------------- 7.10 propensity_scores
def _logs(model):
    return make_pipeline(FunctionTransformer(np.log1p), StandardScaler(), model)


def propensity_scores__right_log_scaled_ridge(train, y, test):
    m = _logs(LogisticRegression(C=0.1, max_iter=2000)).fit(train.to_numpy(float), np.asarray(y))
    return m.predict_proba(test[train.columns].to_numpy(float))[:, 1]


def propensity_scores__right_cross_validated(train, y, test):
    y = np.asarray(y)
    if min(y.sum(), len(y) - y.sum()) < 20:
        model = LogisticRegression(C=0.1, max_iter=2000)
    else:
        model = LogisticRegressionCV(
            Cs=np.logspace(-3, 1, 9), cv=5, scoring="neg_log_loss", max_iter=2000
        )
    m = _logs(model).fit(train.to_numpy(float), y)
    return m.predict_proba(test[train.columns].to_numpy(float))[:, 1]


def propensity_scores__right_own_optimiser(train, y, test):
    A, B, y = (
        np.log1p(train.to_numpy(float)),
        np.log1p(test[train.columns].to_numpy(float)),
        np.asarray(y, float),
    )
    mu, sd = A.mean(axis=0), A.std(axis=0)
    sd[sd == 0] = 1.0
    A, B = (A - mu) / sd, (B - mu) / sd
    lam = 10.0 / len(y)

    def f(v):
        z = A @ v[1:] + v[0]
        r = (expit(z) - y) / len(y)
        return (
            np.mean(np.logaddexp(0, z) - y * z) + lam / 2 * v[1:] @ v[1:],
            np.concatenate([[r.sum()], A.T @ r + lam * v[1:]]),
        )

    v = minimize(
        f, np.zeros(A.shape[1] + 1), jac=True, method="L-BFGS-B", options={"maxiter": 2000}
    ).x
    return expit(B @ v[1:] + v[0]).tolist()


def propensity_scores__wrong_base_rate(train, y, test):
    """The same probability for everybody: no ranking at all, and the docstring forbids it."""
    return np.full(len(test), np.mean(y))


def propensity_scores__wrong_first_column(train, y, test):
    """Column 0 of predict_proba: the probability of not redeeming, so the ranking is upside down (fails the docstring example)."""
    m = _logs(LogisticRegression(C=0.1, max_iter=2000)).fit(train.to_numpy(float), np.asarray(y))
    return m.predict_proba(test[train.columns].to_numpy(float))[:, 0]


def propensity_scores__wrong_hard_labels(train, y, test):
    """predict instead of predict_proba: zeros and ones, nearly all 0; no ranking among them and a poor Brier score."""
    m = _logs(LogisticRegression(C=0.1, max_iter=2000)).fit(train.to_numpy(float), np.asarray(y))
    return m.predict(test[train.columns].to_numpy(float)).astype(float)


def propensity_scores__wrong_balanced(train, y, test):
    """class_weight="balanced": the ranking is good, but the probabilities are far too high, so the Brier score is bad, often worse than that of the base rate."""
    m = _logs(LogisticRegression(C=0.1, max_iter=2000, class_weight="balanced")).fit(
        train.to_numpy(float), np.asarray(y)
    )
    return m.predict_proba(test[train.columns].to_numpy(float))[:, 1]


def propensity_scores__wrong_deep_tree(train, y, test):
    """A tree without a limit learns the training rows by heart: probabilities of 0 and 1 only."""
    m = DecisionTreeClassifier(random_state=0).fit(train.to_numpy(float), np.asarray(y))
    return m.predict_proba(test[train.columns].to_numpy(float))[:, 1]


def propensity_scores__wrong_share_redeemed(train, y, test):
    """One feature by hand, campaigns redeemed divided by the largest number: a ranking, but no probability, and nothing is learned from y."""
    s = test["campaigns_redeemed"].to_numpy(float)
    return s / max(s.max(), 1.0)


def propensity_scores__wrong_log_odds(train, y, test):
    """decision_function: log odds and not probabilities, outside 0 to 1 (invalid)."""
    m = _logs(LogisticRegression(C=0.1, max_iter=2000)).fit(train.to_numpy(float), np.asarray(y))
    return m.decision_function(test[train.columns].to_numpy(float))


def propensity_scores__unsure_scaled_each(train, y, test):
    """The later campaigns are scaled by their own mean and spread: the drift of the features is removed and the promises are off."""
    f = lambda d: StandardScaler().fit_transform(np.log1p(d.to_numpy(float)))
    m = LogisticRegression(C=0.1, max_iter=2000).fit(f(train), np.asarray(y))
    return m.predict_proba(f(test[train.columns]))[:, 1]


def propensity_scores__unsure_raw_scaled(train, y, test):
    m = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000)).fit(
        train.to_numpy(float), np.asarray(y)
    )
    return m.predict_proba(test[train.columns].to_numpy(float))[:, 1]


UNSURE["propensity_scores__unsure_raw_scaled"] = (
    "valid; without logs; how many points depends on the simulation"
)


def propensity_scores__unsure_boosting(train, y, test):
    m = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=100, max_leaf_nodes=4, random_state=0
    )
    m.fit(train.to_numpy(float), np.asarray(y))
    return m.predict_proba(test[train.columns].to_numpy(float))[:, 1]


UNSURE["propensity_scores__unsure_boosting"] = (
    "valid, but on the docstring's six rows boosting (min_samples_leaf = 20) gives one value and fails 'not all the same'"
)


UNSURE["build_labels__wrong_mutates_campaigns"] = (
    "right table, but the caller's campaigns gets a column: the statement does not say that arguments stay as they are"
)


UNSURE["asof_features__wrong_mutates_tx"] = (
    "right table, but the caller's tx is changed: the statement does not say that arguments stay as they are"
)


UNSURE["asof_features__wrong_loc_by_label"] = (
    "wrong only if a label of the index of targets occurs twice; the statement says 'with the same index' but not whether labels may repeat"
)


UNSURE["propensity_scores__unsure_scaled_each"] = (
    "against the hint (the scale comes from train alone), but valid and perhaps hardly worse"
)


def break_persona__right_newcomer_with_unfinished_campaign(defect):
    return _persona_but(defect, "newcomers_dropped", ([(1, 1, 5, 12), (1, 2, 10, 15)], [], 10))


UNSURE["break_persona__right_newcomer_with_unfinished_campaign"] = (
    "'a household without an earlier campaign has no row': is one that began earlier and has not ended an earlier campaign?"
)


def choose_offers__right_amount_in_nine_decimals(p, margin, cost, budget):
    # To the letter: k offers are paid for where k * cost and budget agree in nine decimals. It differs from
    # floor(round(budget / cost, 9)) for small costs, e.g. cost 0.001 and budget 0.9999999998.
    value = [round(float(a) * float(m) - cost, 9) for a, m in zip(p, margin)]
    order = [i for i in sorted(range(len(value)), key=lambda i: -value[i]) if value[i] > 0]
    k = 0
    while k < len(order) and round((k + 1) * cost, 9) <= round(budget, 9):
        k += 1
    return order[:k]


UNSURE["choose_offers__right_amount_in_nine_decimals"] = (
    "'amounts that agree in nine decimals are equal': amounts (k x cost, budget) or their ratio? They differ for tiny costs; both styles are among my right answers"
)


# Which misconceptions are true of which answers.


# ================================================================== by another reader


# ---------------------------------------------------------------- 7.1


def break_persona__right_one_for_all(defect):
    sent = [
        (1, 10, 0, 9),  # ended, two coupons
        (1, 20, 5, 19),  # ended yesterday
        (1, 30, 15, 30),  # still running, redeemed later
        (1, 40, 20, 29),  # starts today
        (2, 40, 20, 29),  # newcomer
        (1, 50, 25, 35),  # future
    ]
    redeemed = [(1, 10, 3), (1, 10, 4), (1, 30, 22), (1, 50, 27)]
    return sent, redeemed, 20


def break_persona__right_each(defect):
    start = (1, 99, 10, 20)
    if defect == "coupons_counted":
        return [(1, 1, 0, 5), start], [(1, 1, 2), (1, 1, 2)], 10
    if defect == "future_known":
        return [(1, 1, 0, 5), start, (1, 2, 30, 40)], [(1, 99, 10)], 10
    if defect == "unfinished_campaigns":
        return [(1, 1, 3, 15), start], [], 10
    if defect == "any_campaign":
        return [(1, 1, 0, 5), (1, 2, 0, 6), start], [(1, 1, 4)], 10
    if defect == "newcomers_dropped":
        return [start], [], 10
    return [(1, 1, 0, 9), start], [], 10


def _profile(sent, redeemed, today):
    rows = []
    red = {(h, c) for h, c, _ in redeemed}
    for h in sorted({h for h, c, a, b in sent if a == today}):
        done = [c for k, c, a, b in sent if k == h and b < today]
        rows.append([h, len(done), sum((h, c) in red for c in done)])
    return rows


def break_persona__right_two_households(defect):
    sent = [
        (7, 1, 1, 5),
        (7, 2, 1, 9),
        (7, 3, 10, 14),
        (8, 3, 10, 14),
        (8, 4, 8, 12),
        (7, 5, 11, 12),
        (7, 4, 8, 12),
    ]
    redeemed = [(7, 1, 1), (7, 1, 5), (7, 1, 5), (7, 3, 10), (7, 4, 11), (7, 5, 12)]
    return sent, redeemed, 10


def break_persona__wrong_one_coupon(defect):
    """For coupons_counted each campaign has one coupon at most: coupons and campaigns are equally many."""
    if defect == "coupons_counted":
        return [(1, 1, 0, 5), (1, 2, 0, 6), (1, 99, 10, 20)], [(1, 1, 2), (1, 2, 3)], 10
    return break_persona__right_each(defect)


def break_persona__wrong_future_of_others(defect):
    """For future_known the future campaign was sent to a household that has no row today."""
    if defect == "future_known":
        return [(1, 1, 0, 5), (1, 99, 10, 20), (2, 2, 30, 40)], [(2, 2, 31)], 10
    return break_persona__right_each(defect)


def break_persona__wrong_ended_yesterday(defect):
    """For unfinished_campaigns every earlier campaign ended yesterday or before, so none is unfinished."""
    if defect == "unfinished_campaigns":
        return [(1, 1, 0, 9), (1, 99, 10, 20)], [(1, 1, 2)], 10
    return break_persona__right_each(defect)


def break_persona__wrong_redeemed_in_all(defect):
    """For any_campaign the household redeemed in every campaign that has ended: each counts anyway."""
    if defect == "any_campaign":
        return [(1, 1, 0, 5), (1, 2, 0, 6), (1, 99, 10, 20)], [(1, 1, 2), (1, 2, 3)], 10
    return break_persona__right_each(defect)


def break_persona__wrong_known_household(defect):
    """For newcomers_dropped every household that is sent a campaign today had one that ended, so none is dropped."""
    if defect == "newcomers_dropped":
        return [(1, 1, 0, 5), (1, 99, 10, 20)], [], 10
    return break_persona__right_each(defect)


def break_persona__wrong_ends_today_again(defect):
    """For last_day_forgotten the campaign ends today, which neither version counts."""
    if defect == "last_day_forgotten":
        return [(1, 1, 0, 10), (1, 99, 10, 20)], [], 10
    return break_persona__right_each(defect)


def break_persona__wrong_no_start_today(defect):
    """No campaign starts on the day of the decision, which the contract demands; there is no row (every defect)."""
    sent, redeemed, today = break_persona__right_each(defect)
    return sent, redeemed, today + 100


def break_persona__wrong_coupon_outside(defect):
    """For coupons_counted a coupon lies after the last day of its campaign, which the contract forbids."""
    if defect == "coupons_counted":
        return [(1, 1, 0, 5), (1, 99, 10, 20)], [(1, 1, 5), (1, 1, 6)], 10
    return break_persona__right_each(defect)


# ---------------------------------------------------------------- 7.2


def build_labels__right_merge(campaigns, desc, redemptions):
    r = redemptions.merge(desc, on="campaign_id")
    r = r[(r["redemption_date"] >= r["start_date"]) & (r["redemption_date"] <= r["end_date"])]
    r = r[["household_id", "campaign_id"]].drop_duplicates().assign(y=1)
    out = campaigns[["household_id", "campaign_id"]].merge(
        r, on=["household_id", "campaign_id"], how="left"
    )
    out["y"] = out["y"].fillna(0).astype(int)
    return out


def build_labels__right_set(campaigns, desc, redemptions):
    first = dict(zip(desc["campaign_id"], desc["start_date"]))
    last = dict(zip(desc["campaign_id"], desc["end_date"]))
    pairs = {
        (h, c)
        for h, c, d in zip(
            redemptions["household_id"], redemptions["campaign_id"], redemptions["redemption_date"]
        )
        if c in first and first[c] <= d <= last[c]
    }
    out = campaigns.copy()
    out["y"] = [int(k in pairs) for k in zip(campaigns["household_id"], campaigns["campaign_id"])]
    return out


def build_labels__right_multiindex(campaigns, desc, redemptions):
    d = desc.set_index("campaign_id")
    start = redemptions["campaign_id"].map(d["start_date"])
    end = redemptions["campaign_id"].map(d["end_date"])
    ok = redemptions.loc[
        redemptions["redemption_date"].between(start, end).to_numpy(),
        ["household_id", "campaign_id"],
    ]
    have = pd.MultiIndex.from_frame(ok)
    want = pd.MultiIndex.from_frame(campaigns[["household_id", "campaign_id"]])
    return pd.DataFrame(
        {
            "household_id": campaigns["household_id"].to_numpy(),
            "campaign_id": campaigns["campaign_id"].to_numpy(),
            "y": want.isin(have).astype(int),
        }
    )


def _labels_again(
    campaigns,
    desc,
    redemptions,
    keep=lambda r: (
        (r["redemption_date"] >= r["start_date"]) & (r["redemption_date"] <= r["end_date"])
    ),
    on=("household_id", "campaign_id"),
    unique=True,
    how="left",
    sort=False,
):
    on = list(on)
    r = redemptions.merge(desc, on="campaign_id")
    r = r.loc[keep(r), on].assign(y=1)
    if unique:
        r = r.drop_duplicates()
    out = campaigns[["household_id", "campaign_id"]].merge(r, on=on, how=how)
    out["y"] = out["y"].fillna(0).astype(int)
    return out.sort_values(["household_id", "campaign_id"], ignore_index=True) if sort else out


def build_labels__wrong_duplicates(campaigns, desc, redemptions):
    """A household with several coupons of one campaign has several rows."""
    return _labels_again(campaigns, desc, redemptions, unique=False)


def build_labels__wrong_any_campaign(campaigns, desc, redemptions):
    """A coupon of any campaign makes the household positive in all its campaigns."""
    return _labels_again(campaigns, desc, redemptions, on=["household_id"])


def build_labels__wrong_dates_ignored_again(campaigns, desc, redemptions):
    """Redemptions before the first or after the last day count."""
    return _labels_again(campaigns, desc, redemptions, keep=lambda r: r["campaign_id"].notna())


def build_labels__wrong_last_day_excluded_again(campaigns, desc, redemptions):
    """A redemption on the last day does not count."""
    return _labels_again(
        campaigns,
        desc,
        redemptions,
        keep=lambda r: (
            (r["redemption_date"] >= r["start_date"]) & (r["redemption_date"] < r["end_date"])
        ),
    )


def build_labels__wrong_first_day_excluded_again(campaigns, desc, redemptions):
    """A redemption on the first day does not count."""
    return _labels_again(
        campaigns,
        desc,
        redemptions,
        keep=lambda r: (
            (r["redemption_date"] > r["start_date"]) & (r["redemption_date"] <= r["end_date"])
        ),
    )


def build_labels__wrong_outer(campaigns, desc, redemptions):
    """An outer join adds households that redeemed without having been sent the campaign."""
    return _labels_again(campaigns, desc, redemptions, how="outer")


def build_labels__wrong_sorted_again(campaigns, desc, redemptions):
    """The rows come sorted by household, not in the order of campaigns."""
    return _labels_again(campaigns, desc, redemptions, sort=True)


def build_labels__wrong_redeemers_only(campaigns, desc, redemptions):
    """An inner join: households that redeemed nothing have no row."""
    return _labels_again(campaigns, desc, redemptions, how="inner")


# ---------------------------------------------------------------- 7.3


def asof_features__right_merge(tx, targets, lookback):
    t = pd.DataFrame(
        {
            "row": np.arange(len(targets)),
            "household_id": targets["household_id"].to_numpy(),
            "start_date": targets["start_date"].to_numpy(),
        }
    )
    b = (
        tx.assign(c=tx["coupon_disc"] > 0)
        .groupby(["household_id", "basket_id", "day"], as_index=False)
        .agg(sales=("sales_value", "sum"), coupons=("c", "sum"))
    )
    j = t.merge(b, on="household_id")
    age = (j["start_date"] - j["day"]).dt.days
    j = j.assign(age=age)[(age >= 1) & (age <= lookback)]
    g = j.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales", "sum"),
        coupons=("coupons", "sum"),
        recency=("age", "min"),
    )
    g = g.reindex(range(len(t)))
    g = g.fillna({"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback})
    g.index = targets.index
    return g


def asof_features__right_loop_again(tx, targets, lookback):
    rows = []
    for h, start in zip(targets["household_id"], targets["start_date"]):
        s = tx[
            (tx["household_id"] == h)
            & (tx["day"] < start)
            & (tx["day"] >= start - pd.Timedelta(days=lookback))
        ]
        if s.empty:
            rows.append((0, 0.0, 0, lookback))
        else:
            rows.append(
                (
                    s["basket_id"].nunique(),
                    s["sales_value"].sum(),
                    int((s["coupon_disc"] > 0).sum()),
                    (start - s["day"].max()).days,
                )
            )
    return pd.DataFrame(
        rows, columns=["baskets", "sales", "coupons", "recency"], index=targets.index
    )


def asof_features__right_numpy(tx, targets, lookback):
    by = {h: g for h, g in tx.groupby("household_id")}
    out = np.zeros((len(targets), 4))
    out[:, 3] = lookback
    starts = pd.DatetimeIndex(targets["start_date"]).to_numpy()
    for i, h in enumerate(targets["household_id"].tolist()):
        if h not in by:
            continue
        g = by[h]
        age = (starts[i] - g["day"].to_numpy()) / np.timedelta64(1, "D")
        m = (age > 0) & (age <= lookback)
        if m.any():
            out[i] = (
                len(set(g["basket_id"].to_numpy()[m])),
                g["sales_value"].to_numpy()[m].sum(),
                (g["coupon_disc"].to_numpy()[m] > 0).sum(),
                age[m].min(),
            )
    return pd.DataFrame(
        out, index=targets.index, columns=["baskets", "sales", "coupons", "recency"]
    )


def _asof_again(
    tx,
    targets,
    lookback,
    lo=1,
    hi=0,
    dedupe=False,
    per_household=False,
    baskets="nunique",
    coupons="lines",
    fill=None,
    reset=False,
    recency_all=False,
    recency_far=False,
):
    if dedupe:
        tx = tx.drop_duplicates()
    rows = []
    starts = targets.groupby("household_id")["start_date"].max() if per_household else None
    for h, start in zip(targets["household_id"], targets["start_date"]):
        if per_household:
            start = starts[h]
        mine = tx[tx["household_id"] == h]
        age = (start - mine["day"]).dt.days
        s, a = mine[(age >= lo) & (age <= lookback + hi)], age[(age >= lo) & (age <= lookback + hi)]
        if recency_all:
            a = age[age >= 1]
        if s.empty:
            rows.append(
                (
                    0,
                    0.0,
                    0,
                    (a.min() if recency_all and len(a) else (lookback if fill is None else fill)),
                )
            )
            continue
        c = (
            (s["coupon_disc"] > 0).sum()
            if coupons == "lines"
            else s.loc[s["coupon_disc"] > 0, "basket_id"].nunique()
            if coupons == "baskets"
            else s["coupon_disc"].sum()
        )
        rows.append(
            (
                s["basket_id"].nunique() if baskets == "nunique" else len(s),
                s["sales_value"].sum(),
                c,
                a.max() if recency_far else a.min(),
            )
        )
    f = pd.DataFrame(rows, columns=["baskets", "sales", "coupons", "recency"], index=targets.index)
    return f.reset_index(drop=True) if reset else f


def asof_features__wrong_start_day(tx, targets, lookback):
    """Purchases on the day of the start count: a leak of one day."""
    return _asof_again(tx, targets, lookback, lo=0)


def asof_features__wrong_one_day_short(tx, targets, lookback):
    """The day start_date - lookback does not count."""
    return _asof_again(tx, targets, lookback, hi=-1)


def asof_features__wrong_lines_as_baskets(tx, targets, lookback):
    """baskets counts lines."""
    return _asof_again(tx, targets, lookback, baskets="lines")


def asof_features__wrong_equal_lines_dropped_again(tx, targets, lookback):
    """drop_duplicates removes equal lines, which are two purchases."""
    return _asof_again(tx, targets, lookback, dedupe=True)


def asof_features__wrong_coupon_baskets(tx, targets, lookback):
    """coupons counts baskets with a coupon, not lines."""
    return _asof_again(tx, targets, lookback, coupons="baskets")


def asof_features__wrong_last_start_for_all(tx, targets, lookback):
    """All rows of a household take its last start: earlier rows know the future."""
    return _asof_again(tx, targets, lookback, per_household=True)


def asof_features__wrong_recency_zero(tx, targets, lookback):
    """A household without a purchase in these days has recency 0 instead of lookback."""
    return _asof_again(tx, targets, lookback, fill=0)


def asof_features__wrong_recency_unlimited(tx, targets, lookback):
    """recency looks back beyond the window: an older last purchase gives more than lookback."""
    return _asof_again(tx, targets, lookback, recency_all=True)


def asof_features__wrong_index_reset_again(tx, targets, lookback):
    """The index is numbered anew instead of being that of targets."""
    return _asof_again(tx, targets, lookback, reset=True)


# ---------------------------------------------------------------- 7.4

_COLS_again = ["baskets", "sales", "coupons", "recency"]


def _asof_case_again():
    D = pd.Timestamp
    lines = [
        (1, 10, "2017-03-02", 4.0, 0.0),  # 30 days before 1 April
        (1, 11, "2017-03-01", 8.0, 1.0),  # 31 days before
        (1, 12, "2017-03-31", 2.0, 0.5),  # the day before
        (1, 12, "2017-03-31", 2.0, 0.5),  # the same line again
        (1, 12, "2017-03-31", 1.0, 0.0),
        (1, 13, "2017-04-01", 16.0, 1.0),  # the day of the start
        (1, 14, "2017-04-20", 32.0, 2.0),
        (2, 15, "2017-01-10", 64.0, 1.0),  # long ago
        (4, 16, "2017-03-20", 3.0, 0.0),
    ]
    tx = pd.DataFrame(
        lines, columns=["household_id", "basket_id", "day", "sales_value", "coupon_disc"]
    )
    tx["day"] = pd.to_datetime(tx["day"])
    targets = pd.DataFrame(
        {
            "household_id": [2, 1, 1, 3, 1, 4],
            "start_date": [
                D("2017-04-01"),
                D("2017-05-01"),
                D("2017-04-01"),
                D("2017-04-01"),
                D("2017-04-01"),
                D("2017-04-01"),
            ],
        },
        index=[5, 5, 9, 2, 0, 7],
    )
    want = [[0, 0, 0, 30], [2, 48, 2, 11], [2, 9, 2, 1], [0, 0, 0, 30], [2, 9, 2, 1], [1, 3, 0, 12]]
    return tx, targets, want


def kill_asof__right_by_hand(fn):
    tx, targets, want = _asof_case_again()
    got = fn(tx.copy(), targets.copy(), 30)
    return (
        sorted(got.columns) == sorted(_COLS_again)
        and list(got.index) == list(targets.index)
        and np.allclose(got[_COLS_again].to_numpy(dtype=float), want)
    )


def kill_asof__right_reference_random(fn):
    rng = np.random.default_rng(0)
    for _ in range(6):
        n = 80
        basket = rng.integers(0, 40, n)
        house, day = rng.integers(0, 6, 40), rng.integers(0, 40, 40)
        tx = pd.DataFrame(
            {
                "household_id": house[basket],
                "basket_id": basket,
                "day": pd.Timestamp("2017-01-01") + pd.to_timedelta(day[basket], unit="D"),
                "sales_value": rng.integers(1, 4, n) * 0.5,
                "coupon_disc": rng.integers(0, 2, n) * 0.5,
            }
        )
        targets = pd.DataFrame(
            {
                "household_id": rng.integers(0, 8, 14),
                "start_date": pd.Timestamp("2017-01-01")
                + pd.to_timedelta(rng.integers(5, 45, 14), unit="D"),
            },
            index=rng.integers(0, 9, 14),
        )
        want = asof_features__right_loop_again(tx, targets, 10)
        try:
            got = fn(tx, targets, 10)
            if not got.index.equals(targets.index) or not np.allclose(
                got[_COLS_again].astype(float), want[_COLS_again].astype(float)
            ):
                return False
        except Exception:
            return False
    return True


def kill_asof__wrong_docstring_only(fn):
    """The docstring's example alone, on which all wrong ones are right."""
    days = pd.to_datetime(["2017-04-07", "2017-05-01", "2017-05-01", "2017-05-08"])
    tx = pd.DataFrame({"household_id": 1, "basket_id": [10, 11, 11, 12], "day": days})
    tx = tx.assign(sales_value=[9.0, 2.0, 3.0, 7.0], coupon_disc=[0.0, 0.5, 0.0, 1.0])
    start = pd.Timestamp("2017-05-08")
    targets = pd.DataFrame({"household_id": [1, 2], "start_date": [start, start]})
    return fn(tx, targets, 30)[_COLS_again].to_numpy().astype(float).tolist() == [
        [1.0, 5.0, 1.0, 7.0],
        [0.0, 0.0, 0.0, 30.0],
    ]


def kill_asof__wrong_exact_dtypes(fn):
    """assert_frame_equal with dtypes and the order of the columns, both of which are free: rejects right ones."""
    tx, targets, want = _asof_case_again()
    expected = pd.DataFrame(want, columns=_COLS_again, index=targets.index).astype(
        {"baskets": "int64", "sales": float, "coupons": "int64", "recency": "int64"}
    )
    try:
        pd.testing.assert_frame_equal(fn(tx, targets, 30), expected)
    except AssertionError:
        return False
    return True


def kill_asof__wrong_columns_by_position(fn):
    """Reads the columns by position, but a right one may return them in another order."""
    tx, targets, want = _asof_case_again()
    return bool(np.allclose(fn(tx, targets, 30).to_numpy(dtype=float), want))


def kill_asof__wrong_future_only_again(fn):
    """Checks only that later purchases change nothing; the far end of the window, lines and repeated rows are not looked at."""
    tx, targets, _ = _asof_case_again()
    t = targets[targets["start_date"] == "2017-04-01"]
    before = fn(tx[tx["day"] < "2017-04-01"], t, 30)
    after = fn(tx, t, 30)
    return bool(
        np.allclose(before[_COLS_again].to_numpy(float), after[_COLS_again].to_numpy(float))
    )


def kill_asof__wrong_nan_expected(fn):
    """Expects NaN for the recency of a household without a purchase; the contract says lookback."""
    tx, targets, want = _asof_case_again()
    got = fn(tx, targets, 30)
    return bool(np.isnan(got["recency"].to_numpy(float)[0])) and bool(
        np.allclose(got["sales"].to_numpy(float), [r[1] for r in want])
    )


def kill_asof__wrong_start_day_counts(fn):
    """Worked out with the day of the start in the window: rejects right ones."""
    tx, targets, _ = _asof_case_again()
    got = fn(tx, targets.iloc[[2]], 30)
    return bool(got["sales"].iloc[0] == 25.0 and got["recency"].iloc[0] == 0)


def kill_asof__wrong_shape(fn):
    """Checks names, index and that nothing is negative or NaN, no value."""
    tx, targets, _ = _asof_case_again()
    got = fn(tx, targets, 30)
    return (
        set(got.columns) == set(_COLS_again)
        and list(got.index) == list(targets.index)
        and bool((got.to_numpy(float) >= 0).all())
    )


# ---------------------------------------------------------------- 7.5


def logistic_loss_grad__right_logaddexp_again(w, b, X, y, l2):
    z = X @ w + b
    r = (expit(z) - y) / len(y)
    loss = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)
    return float(loss), X.T @ r + l2 * w, float(r.sum())


def logistic_loss_grad__right_loop_again(w, b, X, y, l2):
    n, k = X.shape
    loss, gw, gb = 0.0, [0.0] * k, 0.0
    for i in range(n):
        z = float(b) + sum(float(w[j]) * float(X[i, j]) for j in range(k))
        if z >= 0:
            soft, p = z + math.log1p(math.exp(-z)), 1 / (1 + math.exp(-z))
        else:
            soft, p = math.log1p(math.exp(z)), math.exp(z) / (1 + math.exp(z))
        loss += soft - int(y[i]) * z
        gb += p - int(y[i])
        for j in range(k):
            gw[j] += (p - int(y[i])) * float(X[i, j])
    return (
        loss / n + l2 / 2 * sum(float(v) ** 2 for v in w),
        np.array([g / n + l2 * float(v) for g, v in zip(gw, w)]),
        gb / n,
    )


def logistic_loss_grad__right_signed_margin_again(w, b, X, y, l2):
    X1 = np.c_[np.asarray(X, dtype=float), np.ones(len(X))]
    theta = np.append(np.asarray(w, dtype=float), b)
    s = 2.0 * np.asarray(y, dtype=float) - 1
    margin = s * (X1 @ theta)
    loss = np.logaddexp(0.0, -margin).mean() + 0.5 * l2 * np.sum(theta[:-1] ** 2)
    g = -(X1 * (s * expit(-margin))[:, None]).mean(axis=0)
    return np.float64(loss), g[:-1] + l2 * theta[:-1], np.float64(g[-1])


def logistic_loss_grad__wrong_overflow_again(w, b, X, y, l2):
    """log(1 + exp(z)) overflows: the loss is infinite or NaN where z is above about 710."""
    with np.errstate(all="ignore"):
        z = X @ w + b
        p = 1 / (1 + np.exp(-z))
        return (
            float(np.mean(np.log(1 + np.exp(z)) - y * z) + l2 / 2 * w @ w),
            X.T @ (p - y) / len(y) + l2 * w,
            float(np.mean(p - y)),
        )


def logistic_loss_grad__wrong_clipped(w, b, X, y, l2):
    """Cross-entropy of clipped probabilities: where z is large and wrong the loss stops at about 34 and no longer grows."""
    p = np.clip(expit(X @ w + b), 1e-15, 1 - 1e-15)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + l2 / 2 * w @ w
    return float(loss), X.T @ (p - y) / len(y) + l2 * w, float(np.mean(p - y))


def logistic_loss_grad__wrong_intercept_penalised_again(w, b, X, y, l2):
    """The intercept is penalised too (shows where b is not 0)."""
    loss, gw, gb = logistic_loss_grad__right_logaddexp_again(w, b, X, y, l2)
    return loss + l2 / 2 * b**2, gw, gb + l2 * b


def logistic_loss_grad__wrong_sum(w, b, X, y, l2):
    """The loss and the gradient are sums over the rows, not means."""
    z = X @ w + b
    r = expit(z) - y
    return (
        float(np.sum(np.logaddexp(0, z) - y * z) + l2 / 2 * w @ w),
        X.T @ r + l2 * w,
        float(r.sum()),
    )


def logistic_loss_grad__wrong_no_half(w, b, X, y, l2):
    """The penalty in the loss is l2 times the squared norm, without the half, while the gradient has it."""
    loss, gw, gb = logistic_loss_grad__right_logaddexp_again(w, b, X, y, l2)
    return float(loss + l2 / 2 * w @ w), gw, gb


def logistic_loss_grad__wrong_gradient_twice_l2(w, b, X, y, l2):
    """The gradient of the penalty is 2 * l2 * w, as if the loss had no half."""
    loss, gw, gb = logistic_loss_grad__right_logaddexp_again(w, b, X, y, l2)
    return loss, gw + l2 * w, gb


def logistic_loss_grad__wrong_penalty_over_n_again(w, b, X, y, l2):
    """The penalty is divided by n as well."""
    loss, gw, gb = logistic_loss_grad__right_logaddexp_again(w, b, X, y, l2 / len(y))
    return loss, gw, gb


def logistic_loss_grad__wrong_sign_again(w, b, X, y, l2):
    """The gradient of the data has the sign of y - p: it points uphill."""
    z = X @ w + b
    loss, _, _ = logistic_loss_grad__right_logaddexp_again(w, b, X, y, l2)
    r = (y - expit(z)) / len(y)
    return loss, X.T @ r + l2 * w, float(r.sum())


# ---------------------------------------------------------------- 7.6


def calibration_table__right_array_split_again(y, p, bins):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    order = np.argsort(p, kind="stable")
    parts = np.array_split(order, min(bins, len(p)))
    table = pd.DataFrame(
        {
            "n": [len(i) for i in parts],
            "predicted": [p[i].mean() for i in parts],
            "observed": [y[i].mean() for i in parts],
        }
    )
    ece = float((table["n"] / len(p) * (table["predicted"] - table["observed"]).abs()).sum())
    return table, ece


def calibration_table__right_loop(y, p, bins):
    pairs = sorted(zip([float(v) for v in p], range(len(p))))
    yy = [float(v) for v in y]
    n, k = len(pairs), min(bins, len(pairs))
    rows, at, ece = [], 0, 0.0
    for b in range(k):
        size = n // k + (b < n % k)
        part = pairs[at : at + size]
        at += size
        pred, obs = sum(v for v, _ in part) / size, sum(yy[i] for _, i in part) / size
        rows.append({"n": size, "predicted": pred, "observed": obs})
        ece += size / n * abs(pred - obs)
    return pd.DataFrame(rows), ece


def calibration_table__right_groupby_again(y, p, bins):
    d = pd.DataFrame({"p": np.array(p, dtype=float), "y": np.array(y, dtype=float)}).sort_values(
        "p", kind="mergesort", ignore_index=True
    )
    n = len(d)
    k = min(n, bins)
    q, r = divmod(n, k)
    label = np.repeat(np.arange(k), [q + 1] * r + [q] * (k - r))
    t = d.groupby(label).agg(n=("p", "size"), predicted=("p", "mean"), observed=("y", "mean"))
    return t, np.average(abs(t.predicted - t.observed), weights=t.n)


def _cal(y, p, bins, kind="stable", parts=None, ece=None, least=True, order=None):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    o = np.argsort(p, kind=kind) if order is None else order(p)
    s = parts(o, p) if parts else np.array_split(o, min(bins, len(p)) if least else bins)
    t = pd.DataFrame(
        {
            "n": [len(i) for i in s],
            "predicted": [p[i].mean() for i in s],
            "observed": [y[i].mean() for i in s],
        }
    )
    gap = (t["predicted"] - t["observed"]).abs()
    return t, float(ece(t, gap) if ece else (t["n"] * gap).sum() / len(p))


def calibration_table__wrong_equal_width_again(y, p, bins):
    """Bins of equal width of p, not of equal count."""
    pp = np.asarray(p, dtype=float)
    cut = np.minimum((pp * bins).astype(int), bins - 1)
    return _cal(
        y,
        p,
        bins,
        parts=lambda o, p: [np.flatnonzero(cut == b) for b in range(bins) if (cut == b).any()],
    )


def calibration_table__wrong_unweighted(y, p, bins):
    """ece is the plain mean of the gaps: bins of different size weigh the same."""
    return _cal(y, p, bins, ece=lambda t, g: g.mean())


def calibration_table__wrong_signed(y, p, bins):
    """ece sums gaps with their sign, so that they cancel."""
    return _cal(
        y,
        p,
        bins,
        ece=lambda t, g: abs((t["n"] * (t["predicted"] - t["observed"])).sum()) / t["n"].sum(),
    )


def calibration_table__wrong_reverse_ties(y, p, bins):
    """Sorted from the highest and turned round: equal predictions come in the reverse order."""
    return _cal(y, p, bins, order=lambda p: np.argsort(-p, kind="stable")[::-1])


def calibration_table__wrong_empty_bins_again(y, p, bins):
    """With fewer customers than bins there are empty bins with NaN, and ece counts them as nothing."""
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _cal(y, p, bins, least=False)


def calibration_table__wrong_larger_bins_last_again(y, p, bins):
    """The larger bins come last, not first."""
    k = min(bins, len(p))
    n = len(p)
    edges = [n * b // k for b in range(k + 1)]
    return _cal(y, p, bins, parts=lambda o, p: [o[a:b] for a, b in zip(edges, edges[1:])])


def calibration_table__wrong_qcut_again(y, p, bins):
    """pd.qcut keeps equal predictions in one bin, so with ties the bins are neither equal in size nor as many."""
    p_ = np.asarray(p, dtype=float)
    code = pd.qcut(p_, min(bins, len(p_)), labels=False, duplicates="drop")
    code = np.where(pd.isna(code), 0, code)
    return _cal(y, p, bins, parts=lambda o, p: [np.flatnonzero(code == b) for b in np.unique(code)])


def calibration_table__wrong_aligned_series(y, p, bins):
    """Joins the two Series by label instead of by row."""
    d = pd.DataFrame({"y": pd.Series(y), "p": pd.Series(p)})
    return _cal(d["y"].to_numpy(), d["p"].to_numpy(), bins)


# ---------------------------------------------------------------- 7.7


def ece_floor__right_calls_table(p, u, bins):
    p, u = np.asarray(p, dtype=float), np.asarray(u, dtype=float)
    e = [calibration_table__right_array_split_again((row < p).astype(int), p, bins)[1] for row in u]
    return float(np.mean(e)), float(np.quantile(e, 0.95))


def ece_floor__right_vectorised_again(p, u, bins):
    p, u = np.asarray(p, dtype=float), np.asarray(u, dtype=float)
    order = np.argsort(p, kind="stable")
    gap = (u < p)[:, order] - p[order]
    n, k = len(p), min(bins, len(p))
    starts = np.cumsum([0] + [n // k + (b < n % k) for b in range(k)])[:-1]
    e = np.abs(np.add.reduceat(gap, starts, axis=1)).sum(axis=1) / n
    return e.mean(), np.quantile(e, 0.95)


def ece_floor__right_pure(p, u, bins):
    e = []
    for row in u:
        y = [1 if a < b else 0 for a, b in zip(row, p)]
        e.append(calibration_table__right_loop(y, p, bins)[1])
    return sum(e) / len(e), float(pd.Series(e).quantile(0.95))


def ece_floor__wrong_mean_outcome(p, u, bins):
    """Averages the outcomes of all simulations first and computes one error of them: nearly 0, and no distribution."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = calibration_table__right_array_split_again((u < p).mean(axis=0), p, bins)[1]
    return e, e


def ece_floor__wrong_greater_again(p, u, bins):
    """Customers redeem where u is larger than p: with probability 1 - p."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = [calibration_table__right_array_split_again((r > p).astype(int), p, bins)[1] for r in u]
    return float(np.mean(e)), float(np.quantile(e, 0.95))


def ece_floor__wrong_half(p, u, bins):
    """The outcomes are u < 0.5, whatever was promised."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = [calibration_table__right_array_split_again((r < 0.5).astype(int), p, bins)[1] for r in u]
    return float(np.mean(e)), float(np.quantile(e, 0.95))


def ece_floor__wrong_axis(p, u, bins):
    """The simulations are read from the columns (rows and columns exchanged): fails or is wrong unless u is square."""
    p, u = np.asarray(p, float), np.asarray(u, float).T
    e = [
        calibration_table__right_array_split_again(
            (r[: len(p)] < p[: len(r)]).astype(int), p[: len(r)], bins
        )[1]
        for r in u
    ]
    return float(np.mean(e)), float(np.quantile(e, 0.95))


def ece_floor__wrong_normal_quantile_again(p, u, bins):
    """The 95th percentile is taken as mean + 1.645 standard deviations."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = [calibration_table__right_array_split_again((r < p).astype(int), p, bins)[1] for r in u]
    return float(np.mean(e)), float(np.mean(e) + 1.645 * np.std(e))


def ece_floor__wrong_nearest_rank(p, u, bins):
    """The 95th percentile is an element of the sorted errors, without interpolation."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = sorted(
        calibration_table__right_array_split_again((r < p).astype(int), p, bins)[1] for r in u
    )
    return float(np.mean(e)), float(e[min(len(e) - 1, math.ceil(0.95 * len(e)) - 1)])


def ece_floor__wrong_two_sided(p, u, bins):
    """Returns the 97.5th percentile, the end of a two-sided interval."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = [calibration_table__right_array_split_again((r < p).astype(int), p, bins)[1] for r in u]
    return float(np.mean(e)), float(np.quantile(e, 0.975))


# ---------------------------------------------------------------- 7.8


def _z(p):
    return logit(np.clip(np.asarray(p, dtype=float), 1e-6, 1 - 1e-6))


def recalibrate__right_sklearn(p_old, y_old, p_new):
    model = LogisticRegression(C=np.inf, max_iter=10_000, tol=1e-9).fit(
        _z(p_old)[:, None], np.asarray(y_old)
    )
    return model.predict_proba(_z(p_new)[:, None])[:, 1]


def recalibrate__right_newton_again(p_old, y_old, p_new):
    z, y = _z(p_old), np.asarray(y_old, dtype=float)
    mean, sd = z.mean(), z.std()
    A = np.c_[np.ones(len(z)), (z - mean) / sd]
    t = np.zeros(2)

    def loss(t):
        s = A @ t
        return np.sum(np.logaddexp(0, s) - y * s)

    for _ in range(200):
        q = expit(A @ t)
        g = A.T @ (q - y)
        H = (A * (q * (1 - q))[:, None]).T @ A + 1e-12 * np.eye(2)
        step = np.linalg.solve(H, g)
        k = 1.0
        while loss(t - k * step) > loss(t) and k > 1e-9:
            k /= 2
        t = t - k * step
        if np.abs(step).max() < 1e-12:
            break
    return expit(t[0] + t[1] * (_z(p_new) - mean) / sd)


def recalibrate__right_statsmodels_again(p_old, y_old, p_new):
    fit = sm.GLM(
        np.asarray(y_old, dtype=float), sm.add_constant(_z(p_old)), family=sm.families.Binomial()
    ).fit(tol=1e-12, maxiter=500)
    return np.asarray(fit.predict(sm.add_constant(_z(p_new), has_constant="add")))


def recalibrate__wrong_default_penalty_again(p_old, y_old, p_new):
    """Scikit-learn's default penalty C = 1 shrinks the slope."""
    return (
        LogisticRegression()
        .fit(_z(p_old)[:, None], np.asarray(y_old))
        .predict_proba(_z(p_new)[:, None])[:, 1]
    )


def recalibrate__wrong_on_probabilities_again(p_old, y_old, p_new):
    """The feature is the probability itself and not its log odds."""
    a, b = np.asarray(p_old, float)[:, None], np.asarray(p_new, float)[:, None]
    return (
        LogisticRegression(C=1e9, max_iter=10_000, tol=1e-9)
        .fit(a, np.asarray(y_old))
        .predict_proba(b)[:, 1]
    )


def recalibrate__wrong_first_column_again(p_old, y_old, p_new):
    """Returns the first column of predict_proba, the probability of not redeeming."""
    return 1 - recalibrate__right_sklearn(p_old, y_old, p_new)


def recalibrate__wrong_intercept_only_again(p_old, y_old, p_new):
    """Moves all log odds by one constant: the slope stays 1."""
    z, y = _z(p_old), np.asarray(y_old, float)
    shift = scipy.optimize.brentq(lambda c: expit(z + c).mean() - y.mean(), -60, 60)
    return expit(_z(p_new) + shift)


def recalibrate__wrong_ratio(p_old, y_old, p_new):
    """Multiplies by observed over predicted, which can exceed 1 and keeps the wrong spread."""
    return np.clip(np.asarray(p_new, float) * np.mean(y_old) / np.mean(p_old), 0, 1)


def recalibrate__wrong_slope_only_again(p_old, y_old, p_new):
    """No intercept: 0.5 always stays 0.5."""
    m = LogisticRegression(C=np.inf, fit_intercept=False, max_iter=10_000, tol=1e-9).fit(
        _z(p_old)[:, None], np.asarray(y_old)
    )
    return m.predict_proba(_z(p_new)[:, None])[:, 1]


def recalibrate__wrong_clipped_at_hundredth(p_old, y_old, p_new):
    """Clips at 0.01 and 0.99, so small promises are made equal."""
    c = lambda p: logit(np.clip(np.asarray(p, float), 0.01, 0.99))[:, None]
    return (
        LogisticRegression(C=np.inf, max_iter=10_000, tol=1e-9)
        .fit(c(p_old), np.asarray(y_old))
        .predict_proba(c(p_new))[:, 1]
    )


def recalibrate__wrong_new_not_clipped_again(p_old, y_old, p_new):
    """The new promises are not clipped: 0 and 1 become infinite log odds, and the result 0 or 1 (or an error)."""
    m = LogisticRegression(C=np.inf, max_iter=10_000, tol=1e-9).fit(
        _z(p_old)[:, None], np.asarray(y_old)
    )
    with np.errstate(all="ignore"):
        return expit(m.intercept_[0] + m.coef_[0, 0] * logit(np.asarray(p_new, float)))


# ---------------------------------------------------------------- 7.9


def choose_offers__right_argsort(p, margin, cost, budget):
    value = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    order = np.argsort(-value, kind="stable")
    order = order[value[order] > 0]
    if np.isfinite(budget):
        order = order[: int(np.floor(round(budget / cost, 9)))]
    return order.tolist()


def choose_offers__right_sorted(p, margin, cost, budget):
    v = {i: round(float(a) * float(b) - cost, 9) for i, (a, b) in enumerate(zip(p, margin))}
    good = sorted((i for i in v if v[i] > 0), key=lambda i: (-v[i], i))
    n = len(good) if math.isinf(budget) else int(budget / cost + 1e-9)
    return good[:n]


def choose_offers__right_pandas_fraction(p, margin, cost, budget):
    s = pd.Series(np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost).round(9)
    s = s[s > 0].sort_values(ascending=False, kind="stable")
    if budget != float("inf"):
        s = s.head(int(Fraction(repr(float(budget))) / Fraction(repr(float(cost)))))
    return s.index.to_numpy()


def _offers_again(
    p,
    margin,
    cost,
    budget,
    value=None,
    keep=lambda v: v > 0,
    n=None,
    kind="stable",
    rnd=True,
    flip=False,
):
    p, margin = np.asarray(p, float), np.asarray(margin, float)
    v = p * margin - cost if value is None else value(p, margin)
    if rnd:
        v = np.round(v, 9)
    order = np.argsort(v, kind="stable")[::-1] if flip else np.argsort(-v, kind="stable")
    true = np.round(p * margin - cost, 9)
    order = order[keep(true)[order]]
    k = len(order) if np.isinf(budget) else int(round(budget / cost, 9) if n is None else n)
    return [int(i) for i in order[:k]]


def choose_offers__wrong_by_probability(p, margin, cost, budget):
    """Sorted by the probability of redeeming, not by value."""
    return _offers_again(p, margin, cost, budget, value=lambda p, m: p)


def choose_offers__wrong_floor_division(p, margin, cost, budget):
    """budget // cost in floats: 1 // 0.1 is 9, one offer too few."""
    return _offers_again(p, margin, cost, budget, n=0 if np.isinf(budget) else budget // cost)


def choose_offers__wrong_running_sum_again(p, margin, cost, budget):
    """Adds up the costs one by one: ten times 0.1 is less than 1, but three times 0.1 is more than 0.3, and the third offer is lost."""
    out, spent = [], 0.0
    for i in _offers_again(p, margin, cost, np.inf):
        if spent + cost > budget:
            break
        spent += cost
        out.append(i)
    return out


def choose_offers__wrong_zero_value(p, margin, cost, budget):
    """Customers whose value is exactly 0 get an offer too."""
    return _offers_again(p, margin, cost, budget, keep=lambda v: v >= 0)


def choose_offers__wrong_ties_reversed_again(p, margin, cost, budget):
    """Sorted upwards and turned round: of equal values the higher number comes first."""
    return _offers_again(p, margin, cost, budget, flip=True)


def choose_offers__wrong_not_rounded_again(p, margin, cost, budget):
    """Values are not rounded, so values that are equal on paper (0.1 x 3 and 0.3 x 1) differ by 1e-17 and change places; a value of 1e-17 counts as above 0."""
    p, margin = np.asarray(p, float), np.asarray(margin, float)
    v = p * margin - cost
    order = [int(i) for i in np.argsort(-v, kind="stable") if v[i] > 0]
    return order if np.isinf(budget) else order[: int(round(budget / cost, 9))]


def choose_offers__wrong_cost_if_redeemed(p, margin, cost, budget):
    """The cost is counted only if the offer is redeemed: value p * (margin - cost)."""
    p, margin = np.asarray(p, float), np.asarray(margin, float)
    v = np.round(p * (margin - cost), 9)
    order = [int(i) for i in np.argsort(-v, kind="stable") if v[i] > 0]
    return order if np.isinf(budget) else order[: int(round(budget / cost, 9))]


def choose_offers__wrong_infinite_budget_again(p, margin, cost, budget):
    """int(budget / cost) raises OverflowError for an infinite budget."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    order = [int(i) for i in np.argsort(-v, kind="stable") if v[i] > 0]
    return order[: int(round(budget / cost, 9))]


# ---------------------------------------------------------------- 7.10


def propensity_scores__right_log_logistic(train, y, test):
    model = make_pipeline(
        FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression(C=0.3, max_iter=5000)
    )
    return model.fit(train.to_numpy(float), y).predict_proba(test[train.columns].to_numpy(float))[
        :, 1
    ]


def propensity_scores__right_log_logistic_cv(train, y, test):
    a, b = np.log1p(train.astype(float)), np.log1p(test[train.columns].astype(float))
    mean, sd = a.mean(), a.std().replace(0, 1)
    a, b = ((a - mean) / sd).to_numpy(), ((b - mean) / sd).to_numpy()
    best = None
    rng = np.random.default_rng(0)
    fold = rng.integers(0, 4, len(y))
    for C in (0.01, 0.03, 0.1, 0.3, 1.0):
        loss = 0.0
        for k in range(4):
            m = LogisticRegression(C=C, max_iter=2000).fit(a[fold != k], y[fold != k])
            q = np.clip(m.predict_proba(a[fold == k])[:, 1], 1e-9, 1 - 1e-9)
            t = y[fold == k]
            loss -= np.sum(t * np.log(q) + (1 - t) * np.log(1 - q))
        if best is None or loss < best[0]:
            best = (loss, C)
    return LogisticRegression(C=best[1], max_iter=2000).fit(a, y).predict_proba(b)[:, 1]


def propensity_scores__wrong_balanced_again(train, y, test):
    """class_weight="balanced" makes the probabilities far too high: the order is good, the Brier score is not."""
    m = make_pipeline(
        FunctionTransformer(np.log1p),
        StandardScaler(),
        LogisticRegression(class_weight="balanced", max_iter=5000),
    )
    return m.fit(train, y).predict_proba(test)[:, 1]


def propensity_scores__wrong_first_column_again(train, y, test):
    """Returns the probability of not redeeming, column 0."""
    m = make_pipeline(
        FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression(max_iter=5000)
    )
    return m.fit(train, y).predict_proba(test)[:, 0]


def propensity_scores__wrong_hard_labels_again(train, y, test):
    """Returns predicted labels, 0 or 1, instead of probabilities."""
    m = make_pipeline(
        FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression(max_iter=5000)
    )
    return m.fit(train, y).predict(test).astype(float)


def propensity_scores__wrong_deep_tree_again(train, y, test):
    """One unpruned tree: probabilities of 0 and 1 that have learned the noise."""
    return DecisionTreeClassifier(random_state=0).fit(train, y).predict_proba(test)[:, 1]


def propensity_scores__wrong_base_rate_constant(train, y, test):
    """The mean of y for everybody: all the same, which is not allowed."""
    return np.full(len(test), np.mean(y))


def propensity_scores__wrong_ranks(train, y, test):
    """Returns ranks between 0 and 1: the order is kept, but they are not probabilities."""
    s = pd.Series(propensity_scores__right_log_logistic(train, np.asarray(y), test))
    return s.rank(pct=True).to_numpy()


def _bp_profile(sent, redeemed, today, defect=None):
    rows = []
    for who in sorted({h for h, _, first, _ in sent if first == today}):
        mine = {c: (first, last) for h, c, first, last in sent if h == who}
        coupons = [(c, day) for h, c, day in redeemed if h == who]
        late = today - 1 if defect == "last_day_forgotten" else today
        ended = {c for c, (_, last) in mine.items() if last < late}
        if defect == "newcomers_dropped" and not ended:
            continue
        if defect == "unfinished_campaigns":
            ended = {c for c, (first, _) in mine.items() if first < today}
        n_sent, used = len(ended), ended & {c for c, _ in coupons}
        n_redeemed = len(used)
        if defect == "coupons_counted":
            n_redeemed = sum(c in ended for c, _ in coupons)
        if defect == "future_known":
            n_sent += sum(first > today for first, _ in mine.values())
            n_redeemed = len(used | {c for c, day in coupons if day >= today})
        if defect == "any_campaign" and used:
            n_redeemed = n_sent
        rows.append([who, n_sent, n_redeemed])
    return rows


_BP_DEFECTS = (
    "coupons_counted",
    "future_known",
    "unfinished_campaigns",
    "any_campaign",
    "newcomers_dropped",
    "last_day_forgotten",
)


_BP_TABLE = {
    "coupons_counted": ([(1, 7, 1, 5), (1, 8, 10, 20)], [(1, 7, 2), (1, 7, 3)], 10),
    "future_known": ([(1, 7, 1, 5), (1, 8, 10, 20), (1, 9, 11, 12)], [(1, 9, 12)], 10),
    "unfinished_campaigns": ([(1, 7, 1, 10), (1, 8, 10, 20)], [], 10),
    "any_campaign": ([(1, 6, 1, 4), (1, 7, 1, 5), (1, 8, 10, 20)], [(1, 7, 2)], 10),
    "newcomers_dropped": ([(1, 8, 10, 20)], [], 10),
    "last_day_forgotten": ([(1, 7, 1, 9), (1, 8, 10, 20)], [], 10),
}


def break_persona__right_table_once_more(defect):
    """The smallest history for each mistake."""
    return _BP_TABLE[defect]


def break_persona__right_one_for_all_once_more(defect):
    """One history with two households shows all six mistakes."""
    sent = [
        (1, 1, 1, 5),
        (1, 2, 2, 9),
        (1, 3, 8, 12),
        (1, 4, 10, 15),
        (1, 5, 13, 14),
        (2, 4, 10, 15),
    ]
    return sent, [(1, 1, 5), (1, 1, 5), (1, 5, 13)], 10


def break_persona__right_random_search(defect):
    """Draws valid histories, days below 0 too, until the profiles differ."""
    rng = random.Random(defect)
    while True:
        days = {c: sorted(rng.sample(range(-9, 9), 2)) for c in range(1, 6)}
        days[5][0] = 0
        days[5][1] = abs(days[5][1])
        pairs = rng.sample([(h, c) for h in (3, 4) for c in days], 7)
        if not any(c == 5 for _, c in pairs):
            continue
        sent = [(h, c, *days[c]) for h, c in pairs]
        redeemed = [(h, c, rng.randint(*days[c])) for h, c in rng.choices(pairs, k=4)]
        if _bp_profile(sent, redeemed, 0) != _bp_profile(sent, redeemed, 0, defect):
            return sent, redeemed, 0


def break_persona__right_at_the_limits(defect):
    """Eight rows and eight coupons, campaigns of one day, two starts today, equal coupons."""
    sent = [
        (-4, 1, 99, 99),
        (-4, 2, 99, 99),
        (-4, 3, 100, 100),
        (-4, 4, 99, 100),
        (-4, 5, 101, 101),
        (10**6, 6, 100, 130),
        (10**6, 4, 99, 100),
        (5, 5, 101, 101),
    ]
    return (
        sent,
        [(-4, 1, 99)] * 3 + [(-4, 5, 101)] * 2 + [(-4, 3, 100), (5, 5, 101), (10**6, 4, 99)],
        100,
    )


def break_persona__wrong_two_households(defect):
    """coupons_counted: the two coupons of campaign 7 are of two households, so each counts 1."""
    if defect == "coupons_counted":
        sent = [(1, 7, 1, 5), (2, 7, 1, 5), (1, 8, 10, 20), (2, 8, 10, 20)]
        return sent, [(1, 7, 2), (2, 7, 3)], 10
    return _BP_TABLE[defect]


def break_persona__wrong_two_campaigns(defect):
    """coupons_counted: two coupons on one day, of two campaigns: both versions say 2."""
    if defect == "coupons_counted":
        sent = [(1, 6, 1, 5), (1, 7, 1, 5), (1, 8, 10, 20)]
        return sent, [(1, 6, 3), (1, 7, 3)], 10
    return _BP_TABLE[defect]


def break_persona__wrong_today_is_later(defect):
    """future_known: only a campaign that starts today, without a coupon; "after today" is none."""
    if defect == "future_known":
        return [(1, 7, 1, 5), (1, 8, 10, 20)], [(1, 7, 2)], 10
    return _BP_TABLE[defect]


def break_persona__wrong_late_coupon(defect):
    """future_known: the coupon of day 12 is after the last day (5) of its campaign."""
    if defect == "future_known":
        return [(1, 7, 1, 5), (1, 8, 10, 20)], [(1, 7, 12)], 10
    return _BP_TABLE[defect]


def break_persona__wrong_unfinished_starts_today(defect):
    """unfinished_campaigns: the running campaigns start today, not before it: no difference."""
    if defect == "unfinished_campaigns":
        return [(1, 6, 1, 5), (1, 7, 10, 12), (1, 8, 10, 20)], [(1, 7, 11)], 10
    return _BP_TABLE[defect]


def break_persona__wrong_all_redeemed(defect):
    """any_campaign: the household redeemed in its only campaign that ended: 1 of 1 either way."""
    if defect == "any_campaign":
        return [(1, 7, 1, 5), (1, 8, 10, 20)], [(1, 7, 2), (1, 7, 4)], 10
    return _BP_TABLE[defect]


def break_persona__wrong_coupon_not_sent(defect):
    """any_campaign: household 1 redeems campaign 6, which only household 2 was sent."""
    if defect == "any_campaign":
        return [(1, 7, 1, 5), (2, 6, 1, 5), (1, 8, 10, 20)], [(1, 6, 2)], 10
    return _BP_TABLE[defect]


def break_persona__wrong_newcomer_not_sent_today_once_more(defect):
    """newcomers_dropped: the newcomer has a running campaign, but none that starts today: no row."""
    if defect == "newcomers_dropped":
        return [(1, 7, 1, 5), (1, 8, 10, 20), (2, 9, 4, 15)], [], 10
    return _BP_TABLE[defect]


def break_persona__wrong_last_day_is_today(defect):
    """last_day_forgotten: the campaign ends today; the correct version does not count it either."""
    if defect == "last_day_forgotten":
        return [(1, 7, 1, 10), (1, 8, 10, 20)], [(1, 7, 2)], 10
    return _BP_TABLE[defect]


def break_persona__wrong_days_per_household(defect):
    """last_day_forgotten: campaign 7 ends on day 9 for household 1 and on day 5 for household 2."""
    if defect == "last_day_forgotten":
        return [(1, 7, 1, 9), (2, 7, 1, 5), (1, 8, 10, 20), (2, 8, 10, 20)], [], 10
    return _BP_TABLE[defect]


def break_persona__wrong_pair_twice(defect):
    """unfinished_campaigns: household 1 has campaign 7 twice, once for each of two coupons."""
    if defect == "unfinished_campaigns":
        return [(1, 7, 1, 12), (1, 7, 1, 12), (1, 8, 10, 20)], [(1, 7, 2), (1, 7, 3)], 10
    return _BP_TABLE[defect]


def build_labels__right_merge_once_more(campaigns, desc, redemptions):
    """Dates joined, filtered, pairs made unique, joined from the left."""
    keys = ["household_id", "campaign_id"]
    dated = redemptions[[*keys, "redemption_date"]].merge(
        desc[["campaign_id", "start_date", "end_date"]], on="campaign_id"
    )
    valid = (dated["redemption_date"] >= dated["start_date"]) & (
        dated["redemption_date"] <= dated["end_date"]
    )
    pairs = dated.loc[valid, keys].drop_duplicates().assign(y=1)
    labels = campaigns[keys].merge(pairs, on=keys, how="left")
    return labels.assign(y=labels["y"].fillna(0).astype(int))


def build_labels__right_loops(campaigns, desc, redemptions):
    """Dictionaries, a set of pairs and a plain list of records."""
    span = {
        c: (a, b)
        for c, a, b in zip(desc["campaign_id"], desc["start_date"], desc["end_date"], strict=True)
    }
    hit = set()
    for h, c, day in zip(
        redemptions["household_id"],
        redemptions["campaign_id"],
        redemptions["redemption_date"],
        strict=True,
    ):
        if c in span and span[c][0] <= day <= span[c][1]:
            hit.add((h, c))
    pairs = list(zip(campaigns["household_id"], campaigns["campaign_id"], strict=True))
    rows = [(h, c, int((h, c) in hit)) for h, c in pairs]
    return pd.DataFrame(rows, columns=["household_id", "campaign_id", "y"])


def build_labels__right_isin(campaigns, desc, redemptions):
    """Series.map for the dates, MultiIndex.isin for the pairs; keeps index and other columns."""
    windows = desc.set_index("campaign_id")
    start, end = (redemptions["campaign_id"].map(windows[k]) for k in ("start_date", "end_date"))
    days = pd.to_datetime(redemptions["redemption_date"])
    keep = (days.to_numpy() >= pd.to_datetime(start).to_numpy()) & (
        days.to_numpy() <= pd.to_datetime(end).to_numpy()
    )
    keys = ["household_id", "campaign_id"]
    valid = pd.MultiIndex.from_frame(redemptions.loc[keep, keys])
    asked = pd.MultiIndex.from_frame(campaigns[keys])
    out = campaigns.copy()
    out["y"] = asked.isin(valid).astype("int8")
    return out


def build_labels__right_sql(campaigns, desc, redemptions):
    """SQLite with EXISTS; the columns come back in another order and the labels are shuffled."""
    base = pd.Timestamp("2000-01-01")

    def number(days):
        return [(pd.Timestamp(d) - base) // pd.Timedelta(seconds=1) for d in days]

    def code(values):
        return [repr(v.item() if hasattr(v, "item") else v) for v in values]

    db = sqlite3.connect(":memory:")
    db.execute("create table sent (i, h, c)")
    db.execute("create table dates (c, a, b)")
    db.execute("create table used (h, c, d)")
    sent = zip(
        range(len(campaigns)), code(campaigns["household_id"]), code(campaigns["campaign_id"])
    )
    dates = zip(code(desc["campaign_id"]), number(desc["start_date"]), number(desc["end_date"]))
    used = zip(
        code(redemptions["household_id"]),
        code(redemptions["campaign_id"]),
        number(redemptions["redemption_date"]),
    )
    db.executemany("insert into sent values (?, ?, ?)", sent)
    db.executemany("insert into dates values (?, ?, ?)", dates)
    db.executemany("insert into used values (?, ?, ?)", used)
    y = db.execute(
        "select exists (select 1 from used u join dates d on d.c = u.c where u.h = s.h"
        " and u.c = s.c and u.d between d.a and d.b) from sent s order by i"
    ).fetchall()
    db.close()
    return pd.DataFrame(
        {
            "y": [int(each[0]) for each in y],
            "campaign_id": campaigns["campaign_id"].to_numpy(),
            "household_id": campaigns["household_id"].to_numpy(),
        },
        index=range(len(campaigns), 0, -1),
    )


_BL_KEYS = ["household_id", "campaign_id"]


def _bl_dated(desc, redemptions):
    return redemptions[[*_BL_KEYS, "redemption_date"]].merge(
        desc[["campaign_id", "start_date", "end_date"]], on="campaign_id"
    )


def _bl_join(campaigns, pairs):
    hit = pairs[_BL_KEYS].drop_duplicates().assign(y=1)
    labels = campaigns[_BL_KEYS].merge(hit, on=_BL_KEYS, how="left")
    return labels.assign(y=labels["y"].fillna(0).astype(int))


def build_labels__wrong_last_day_out(campaigns, desc, redemptions):
    """The last day does not count: one coupon on end_date gives 0."""
    d = _bl_dated(desc, redemptions)
    inside = (d["redemption_date"] >= d["start_date"]) & (d["redemption_date"] < d["end_date"])
    return _bl_join(campaigns, d[inside])


def build_labels__wrong_first_day_out(campaigns, desc, redemptions):
    """The first day does not count: one coupon on start_date gives 0."""
    d = _bl_dated(desc, redemptions)
    inside = (d["redemption_date"] > d["start_date"]) & (d["redemption_date"] <= d["end_date"])
    return _bl_join(campaigns, d[inside])


def build_labels__wrong_too_early_counts(campaigns, desc, redemptions):
    """Only the end is checked: one coupon on the day before start_date gives 1."""
    d = _bl_dated(desc, redemptions)
    return _bl_join(campaigns, d[d["redemption_date"] <= d["end_date"]])


def build_labels__wrong_other_campaign(campaigns, desc, redemptions):
    """Joined by household alone: a coupon of campaign 9 during campaign 8 labels campaign 8 too."""
    days = redemptions[["household_id", "redemption_date"]]
    rows = campaigns[_BL_KEYS].merge(desc[["campaign_id", "start_date", "end_date"]])
    d = rows.merge(days, on="household_id")
    return _bl_join(campaigns, d[d["redemption_date"].between(d["start_date"], d["end_date"])])


def build_labels__wrong_first_coupon_only_once_more(campaigns, desc, redemptions):
    """Made unique before the dates: a coupon too early, listed first, hides one in time."""
    d = _bl_dated(desc, redemptions.drop_duplicates(_BL_KEYS))
    return _bl_join(campaigns, d[d["redemption_date"].between(d["start_date"], d["end_date"])])


def build_labels__wrong_first_to_last_coupon(campaigns, desc, redemptions):
    """First coupon by the end and last from the start: one before and one after gives 1."""
    d = _bl_dated(desc, redemptions)
    d = d.groupby([*_BL_KEYS, "start_date", "end_date"])["redemption_date"]
    d = d.agg(["min", "max"]).reset_index()
    return _bl_join(campaigns, d[(d["min"] <= d["end_date"]) & (d["max"] >= d["start_date"])])


def build_labels__wrong_sorted_once_more(campaigns, desc, redemptions):
    """Groups by pair, so the rows come back sorted: campaigns of households 2, 1."""
    d = _bl_dated(desc, redemptions)
    d = d[d["redemption_date"].between(d["start_date"], d["end_date"])]
    out = _bl_join(campaigns, d)
    return out.groupby(_BL_KEYS, as_index=False)["y"].max()


def build_labels__wrong_label_for_row(campaigns, desc, redemptions):
    """Sets y by label of the index: with index [0, 0] both rows are 1 if one is."""
    d = _bl_dated(desc, redemptions)
    d = d[d["redemption_date"].between(d["start_date"], d["end_date"])]
    hit = set(zip(d["household_id"], d["campaign_id"], strict=True))
    out = campaigns[_BL_KEYS].assign(y=0)
    for label, h, c in zip(out.index, out["household_id"], out["campaign_id"], strict=True):
        if (h, c) in hit:
            out.loc[label, "y"] = 1
    return out


def build_labels__wrong_not_sent(campaigns, desc, redemptions):
    """Outer join: household 4, which redeemed a coupon in time but was sent nothing, has a row."""
    d = _bl_dated(desc, redemptions)
    d = d[d["redemption_date"].between(d["start_date"], d["end_date"])]
    hit = d[_BL_KEYS].drop_duplicates().assign(y=1)
    labels = campaigns[_BL_KEYS].merge(hit, on=_BL_KEYS, how="outer")
    return labels.assign(y=labels["y"].fillna(0).astype(int))


def build_labels__wrong_dead_campaigns(campaigns, desc, redemptions):
    """Inner join on campaigns with a coupon: a campaign that nobody redeemed loses its rows."""
    d = _bl_dated(desc, redemptions)
    seen = campaigns[campaigns["campaign_id"].isin(d["campaign_id"])]
    return _bl_join(seen, d[d["redemption_date"].between(d["start_date"], d["end_date"])])


def build_labels__wrong_glued_ids(campaigns, desc, redemptions):
    """Pairs glued to one text: household 1, campaign 12 is taken for household 11, campaign 2."""
    d = _bl_dated(desc, redemptions)
    d = d[d["redemption_date"].between(d["start_date"], d["end_date"])]
    hit = set(d["household_id"].astype(str) + d["campaign_id"].astype(str))
    glued = campaigns["household_id"].astype(str) + campaigns["campaign_id"].astype(str)
    return campaigns[_BL_KEYS].assign(y=[int(each in hit) for each in glued])


_AF_COLUMNS = ["baskets", "sales", "coupons", "recency"]


def _af_days(values):
    return (
        np.asarray(pd.to_datetime(pd.Series(list(values), dtype="datetime64[ns]")))
        .astype("datetime64[D]")
        .astype(int)
    )


def asof_features__right_merge_once_more(tx, targets, lookback):
    """Lines joined to numbered rows, filtered, grouped by row number, gaps filled."""
    rows = pd.DataFrame(
        {
            "row": np.arange(len(targets)),
            "household_id": targets["household_id"].to_numpy(),
            "start_date": targets["start_date"].to_numpy(),
        }
    )
    lines = tx[["household_id", "basket_id", "day", "sales_value", "coupon_disc"]]
    both = rows.merge(lines, on="household_id")
    both["age"] = (both["start_date"] - both["day"]).dt.days
    both = both[(both["age"] >= 1) & (both["age"] <= lookback)]
    both = both.assign(used=both["coupon_disc"] > 0)
    found = both.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    found = found.reindex(range(len(targets)))
    found = found.fillna({"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback})
    found.index = targets.index
    return found[_AF_COLUMNS]


def asof_features__right_loops(tx, targets, lookback):
    """Plain loops over lists per household; exact sums with fsum."""
    bought = defaultdict(list)
    for h, b, d, s, c in zip(
        tx["household_id"],
        tx["basket_id"],
        tx["day"],
        tx["sales_value"],
        tx["coupon_disc"],
        strict=True,
    ):
        bought[h].append((d, b, s, c))
    out = []
    for h, start in zip(targets["household_id"], targets["start_date"], strict=True):
        first = start - pd.Timedelta(days=lookback)
        lines = [line for line in bought.get(h, []) if first <= line[0] < start]
        last = max((line[0] for line in lines), default=first)
        out.append(
            (
                len({line[1] for line in lines}),
                math.fsum(line[2] for line in lines),
                sum(line[3] > 0 for line in lines),
                (start - last).days,
            )
        )
    return pd.DataFrame(out, columns=_AF_COLUMNS, index=targets.index)


def asof_features__right_prefix_sums(tx, targets, lookback):
    """Baskets sorted by day in each household, cumulative sums, two bisections for each row."""
    day = _af_days(tx["day"])
    order = np.argsort(day, kind="stable")
    ids = tx["household_id"].to_numpy()[order]
    table = {}
    for h in pd.unique(ids):
        mine = order[ids == h]
        per = {}
        for i in mine:
            key = (day[i], tx["basket_id"].iloc[i])
            money, used = per.get(key, (0.0, 0))
            per[key] = (money + tx["sales_value"].iloc[i], used + (tx["coupon_disc"].iloc[i] > 0))
        values = np.array(list(per.values()), dtype=float).reshape(-1, 2)
        total = np.vstack([np.zeros(2), values.cumsum(axis=0)])
        table[h] = [d for d, _ in per], total
    rows = []
    for h, start in zip(targets["household_id"], _af_days(targets["start_date"]), strict=True):
        days, total = table.get(h, ([], np.zeros((1, 2))))
        lo, hi = bisect.bisect_left(days, start - lookback), bisect.bisect_left(days, start)
        sales, coupons = total[hi] - total[lo]
        rows.append([hi - lo, sales, coupons, start - days[hi - 1] if hi > lo else lookback])
    values = np.array(rows, dtype=float).reshape(-1, 4)
    return pd.DataFrame(values, index=targets.index, columns=_AF_COLUMNS)


def asof_features__right_mask_matrix(tx, targets, lookback):
    """A matrix targets x lines of zeros and ones; everything is a product with it."""
    codes, _ = pd.factorize(
        pd.concat([targets["household_id"], tx["household_id"]], ignore_index=True)
    )
    who, buyer = codes[: len(targets)], codes[len(targets) :]
    age = _af_days(targets["start_date"])[:, None] - _af_days(tx["day"])[None, :]
    inside = (who[:, None] == buyer[None, :]) & (age > 0) & (age <= lookback)
    basket = pd.factorize(tx["basket_id"])[0]
    hot = (basket[:, None] == np.arange(basket.max(initial=-1) + 1)).astype(float)
    sales = np.where(inside, tx["sales_value"].to_numpy(dtype=float), 0.0).sum(axis=1)
    coupons = inside @ (tx["coupon_disc"].to_numpy(dtype=float) > 0).astype(int)
    recency = np.where(inside, age, lookback).min(axis=1, initial=lookback)
    baskets = (inside.astype(float) @ hot > 0).sum(axis=1)
    return pd.DataFrame(
        dict(zip(_AF_COLUMNS, (baskets, sales, coupons, recency), strict=True)),
        index=targets.index,
    )


def _af_generic(tx, targets, lookback, slip=None):
    """The usual answer, with at most one slip."""
    if slip == "equal_lines":
        tx = tx.drop_duplicates()
    if slip == "free_lines":
        tx = tx[tx["sales_value"] > 0]
    rows = targets[["household_id", "start_date"]].reset_index(drop=True)
    if slip == "first_start":
        rows["start_date"] = rows.groupby("household_id")["start_date"].transform("min")
    rows["row"] = np.arange(len(rows))
    if slip == "index_label":
        rows["row"] = targets.index
    if slip == "same_start":
        rows["row"] = rows.groupby(["household_id", "start_date"])["row"].transform("min")
    names = ["household_id", "basket_id", "day", "sales_value", "coupon_disc"]
    both = rows.merge(tx[names], on="household_id")
    both["age"] = (both["start_date"] - both["day"]).dt.days
    if slip == "day_of_year":
        both["age"] = both["start_date"].dt.dayofyear - both["day"].dt.dayofyear
    past = both[both["age"] >= 1]
    both = past[past["age"] < lookback] if slip == "first_day" else past[past["age"] <= lookback]
    both = both.assign(used=both["coupon_disc"] > 0)
    if slip == "coupon_baskets":
        both["used"] = both["used"] & ~both.duplicated(["row", "basket_id", "used"])
    found = both.groupby("row").agg(
        baskets=("day" if slip == "days" else "basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "last" if slip == "last_line" else "min"),
    )
    if slip == "any_recency":
        found = found.drop(columns="recency").join(
            past.groupby("row")["age"].min().rename("recency"), how="outer"
        )
    want = rows["row"]
    if slip == "household_order":
        want = rows.sort_values("household_id", kind="stable")["row"]
    found = found.reindex(want).fillna(
        {"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback}
    )
    if slip == "new_index":
        return found[_AF_COLUMNS].reset_index(drop=True)
    found.index = targets.index
    return found[_AF_COLUMNS]


def asof_features__wrong_first_day_out(tx, targets, lookback):
    """The window is open at its start: a purchase exactly lookback days before gives 0 baskets."""
    return _af_generic(tx, targets, lookback, "first_day")


def asof_features__wrong_equal_lines_once(tx, targets, lookback):
    """drop_duplicates on the lines: two equal rows of 2 USD give sales 2, not 4."""
    return _af_generic(tx, targets, lookback, "equal_lines")


def asof_features__wrong_same_start_doubled(tx, targets, lookback):
    """Grouped by household and start: two rows with the same start double sales and coupons."""
    return _af_generic(tx, targets, lookback, "same_start")


def asof_features__wrong_recency_of_all_time(tx, targets, lookback):
    """Recency looks back without a limit: last purchase 40 days ago, lookback 30: 40, not 30."""
    return _af_generic(tx, targets, lookback, "any_recency")


def asof_features__wrong_baskets_with_coupon(tx, targets, lookback):
    """coupons counts baskets: two lines of a basket with a coupon give 1, not 2."""
    return _af_generic(tx, targets, lookback, "coupon_baskets")


def asof_features__wrong_days_for_baskets(tx, targets, lookback):
    """baskets counts days: two baskets on one day give 1."""
    return _af_generic(tx, targets, lookback, "days")


def asof_features__wrong_first_start_for_all(tx, targets, lookback):
    """One cut-off for each household, its first start: the second row of a household is too old."""
    return _af_generic(tx, targets, lookback, "first_start")


def asof_features__wrong_label_as_row(tx, targets, lookback):
    """Groups by the label of the index: rows with labels [5, 5] share one sum."""
    return _af_generic(tx, targets, lookback, "index_label")


def asof_features__wrong_household_order(tx, targets, lookback):
    """Values sorted by household under the old index: targets of households 2, 1 are swapped."""
    return _af_generic(tx, targets, lookback, "household_order")


def asof_features__wrong_last_line(tx, targets, lookback):
    """Recency from the last line of tx, not the latest day: wrong if tx is not sorted by day."""
    return _af_generic(tx, targets, lookback, "last_line")


def asof_features__wrong_day_of_year(tx, targets, lookback):
    """Ages from the day of the year: a purchase on 30 December before 5 January is not found."""
    return _af_generic(tx, targets, lookback, "day_of_year")


def _ka_tx(rows):
    tx = pd.DataFrame(
        rows, columns=["household_id", "basket_id", "day", "sales_value", "coupon_disc"]
    )
    tx["day"] = pd.Timestamp("2017-01-10") + pd.to_timedelta(tx["day"], unit="D")
    return tx.astype({"sales_value": float, "coupon_disc": float})


def _ka_targets(rows, index=None):
    targets = pd.DataFrame(rows, columns=["household_id", "start_date"], index=index)
    targets["start_date"] = pd.Timestamp("2017-01-10") + pd.to_timedelta(
        targets["start_date"], unit="D"
    )
    return targets


def _ka_case():
    """Households 7, 3, 5 and 9; starts on days 0 and 4; lookback 20, so the year changes."""
    tx = _ka_tx(
        [
            (7, 70, -1, 2.5, 0.5),
            (7, 70, -1, 2.5, 0.5),  # the same product twice
            (7, 71, -20, 4.0, 0.0),  # the first day of the window
            (7, 72, -21, 8.0, 1.0),  # one day too old
            (7, 73, 0, 16.0, 1.0),  # the day of the start
            (7, 74, -3, 32.0, 0.0),  # two baskets on one day, not sorted
            (7, 75, -3, 0.0, 2.0),  # free
            (3, 30, 3, 64.0, 0.0),
            (3, 31, -16, 128.0, 1.0),
            (5, 50, -25, 256.0, 1.0),  # older purchases only
            (4, 40, -2, 512.0, 1.0),  # not a target
        ]
    )
    targets = _ka_targets([(7, 4), (5, 0), (7, 0), (3, 4), (9, 0), (7, 0)], [2, 2, 0, 1, 5, 0])
    want = [
        [4, 53.0, 4, 4],
        [0, 0.0, 0, 20],
        [4, 41.0, 3, 1],
        [2, 192.0, 1, 1],
        [0, 0.0, 0, 20],
        [4, 41.0, 3, 1],
    ]
    return tx, targets, 20, want


def _ka_same(got, want, index):
    return (
        isinstance(got, pd.DataFrame)
        and set(got.columns) == set(_AF_COLUMNS)
        and len(got) == len(want)
        and list(got.index) == list(index)
        and np.allclose(got[_AF_COLUMNS].to_numpy(dtype=float), want, rtol=0, atol=1e-6)
    )


def kill_asof__right_table(fn):
    """One table worked out by hand: both ends, two starts, one twice, old ones, equal lines."""
    tx, targets, lookback, want = _ka_case()
    return bool(_ka_same(fn(tx, targets, lookback), want, targets.index))


def kill_asof__right_random(fn):
    """Twelve random histories against the loops, with a tolerance."""
    rng = random.Random(7)
    for _ in range(12):
        lines = [
            (
                h := rng.randint(1, 4),
                1000 * h + 100 + d,
                d,
                rng.randint(0, 9) / 4,
                rng.choice([0, 0.5]),
            )
            for d in (rng.randint(-14, 4) for _ in range(30))
        ]
        lines = [(h, b + 50 * rng.randint(0, 1), *rest) for h, b, *rest in lines]
        lines += lines[:5]
        rng.shuffle(lines)
        starts = [(rng.randint(1, 6), rng.choice([-3, 0, 2])) for _ in range(9)]
        tx, targets = _ka_tx(lines), _ka_targets(starts, [rng.randint(0, 4) for _ in starts])
        lookback = rng.randint(3, 9)
        want = asof_features__right_loops(tx, targets, lookback).to_numpy(dtype=float)
        if not _ka_same(fn(tx.copy(), targets.copy(), lookback), want, targets.index):
            return False
    return True


def kill_asof__right_asserts(fn):
    """pandas.testing without types, columns in any order; AssertionError rejects."""
    tx, targets, lookback, want = _ka_case()
    got = fn(tx, targets, lookback)
    expected = pd.DataFrame(want, columns=_AF_COLUMNS, index=targets.index, dtype=float)
    assert sorted(got.columns) == sorted(_AF_COLUMNS)
    pd.testing.assert_frame_equal(got[_AF_COLUMNS].astype(float), expected, check_index_type=False)
    return True


def kill_asof__right_binary_code(fn):
    """Line i costs 2 ** i cents, so the bits of ``sales`` tell which lines the function has read."""
    shift = -6  # the window crosses the year
    days = [-1, -9, -4, -4, -10, 0, -4, 1, -11, 3, -9, -2]
    ids = "aabaababbaab"
    baskets = [f"{h}{d}{i % 2}" for i, (h, d) in enumerate(zip(ids, days, strict=True))]
    rows = [
        (h, b, d, 2.0**i, float(i % 3 == 0))
        for i, (h, b, d) in enumerate(zip(ids, baskets, days, strict=True))
    ]
    rows += [("d", "d", -2, 2.0, 1.0)] * 2 + [("c", "c", -14, 1.0, 1.0), ("c", "c", -14, 1.0, 1.0)]
    rows += [("b", "b", -2, 0.0, 1.0)]
    rows[3], rows[10] = rows[10], rows[3]
    rows = [(h, b, d + shift, *rest) for h, b, d, *rest in rows]
    asked = [("b", 2), ("a", 0), ("c", 0), ("a", 2), ("d", 0), ("a", 0), ("e", -40)]
    asked = [(h, start + shift) for h, start in asked]
    targets = _ka_targets(asked, list("xyxzzyw"))
    got = fn(_ka_tx(rows), targets, 9)
    if list(got.index) != list("xyxzzyw") or sorted(got.columns) != sorted(_AF_COLUMNS):
        return False
    for (h, start), (_, row) in zip(asked, got.iterrows(), strict=True):
        read = [r for r in rows if r[0] == h and start - 9 <= r[2] <= start - 1]
        told = (
            sum(r[3] for r in read),
            len({r[1] for r in read}),
            sum(r[4] > 0 for r in read),
            min((start - r[2] for r in read), default=9),
        )
        if any(
            abs(row[k] - v) > 1e-6
            for k, v in zip(["sales", "baskets", "coupons", "recency"], told, strict=True)
        ):
            return False
    return True


def kill_asof__wrong_exact_cents_once_more(fn):
    """Compares sums of cents with ==: refuses a right one that adds in another order (0.1 + 0.2 + 0.3)."""
    if not kill_asof__right_table(fn):
        return False
    rng = random.Random(3)
    tx = _ka_tx(
        [(1, 10 + i, -rng.randint(1, 12), rng.randint(1, 999) / 100, 0.0) for i in range(80)]
    )
    targets = _ka_targets([(1, 0), (1, -3)])
    want = asof_features__right_merge_once_more(tx, targets, 10)["sales"].tolist()
    return fn(tx, targets, 10)["sales"].tolist() == want


def kill_asof__wrong_column_order(fn):
    """Compares by position: refuses a right one whose columns are in another order."""
    tx, targets, lookback, want = _ka_case()
    return bool(np.allclose(fn(tx, targets, lookback).to_numpy(dtype=float), want))


def kill_asof__wrong_types(fn):
    """assert_frame_equal with its defaults: refuses floats for counts (it wants int64)."""
    tx, targets, lookback, want = _ka_case()
    expected = pd.DataFrame(want, columns=_AF_COLUMNS, index=targets.index)
    try:
        pd.testing.assert_frame_equal(fn(tx, targets, lookback)[_AF_COLUMNS], expected)
    except AssertionError:
        return False
    return True


def kill_asof__wrong_whole_numbers_refused(fn):
    """Wants floats in every column, as the docstring prints them: refuses whole numbers."""
    tx, targets, lookback, want = _ka_case()
    got = fn(tx, targets, lookback)
    return bool((got.dtypes == float).all()) and _ka_same(got, want, targets.index)


def kill_asof__wrong_docstring_only_once_more(fn):
    """Only the docstring's example, on which all nine wrong ones are right."""
    tx = _ka_tx([(1, 10, -31, 9, 0), (1, 11, -7, 2, 0.5), (1, 11, -7, 3, 0), (1, 12, 0, 7, 1)])
    targets = _ka_targets([(1, 0), (2, 0)])
    return bool(_ka_same(fn(tx, targets, 30), [[1, 5, 1, 7], [0, 0, 0, 30]], [0, 1]))


def kill_asof__wrong_one_target(fn):
    """One row with purchases at both ends: misses all that needs two rows, old ones or equal lines."""
    tx = _ka_tx([(1, 1, -1, 2, 1), (1, 2, -5, 3, 0), (1, 3, -6, 4, 1), (1, 4, 0, 5, 1)])
    return bool(_ka_same(fn(tx, _ka_targets([(1, 0)]), 5), [[2, 5, 1, 1]], [0]))


def kill_asof__wrong_totals(fn):
    """Compares the sums of baskets and sales on different rows in order: misses coupons, recency, order."""
    tx = _ka_tx([(1, 1, -1, 2, 1), (1, 2, -5, 3, 0), (1, 3, -6, 4, 1), (2, 4, -4, 5, 1)])
    got = fn(tx, _ka_targets([(1, 0), (2, 0), (3, 0)]), 5)
    return bool(got["baskets"].sum() == 3 and abs(got["sales"].sum() - 10) < 1e-9)


def kill_asof__wrong_invariants(fn):
    """Leak check only: purchases from the start on, or too old, must change nothing. Misses the rest."""
    targets = _ka_targets([(1, 0), (2, 0)])
    inside = [(1, 1, -1, 2, 1), (1, 2, -5, 3, 0), (2, 3, -2, 4, 1)]
    outside = [(1, 4, 0, 5, 1), (1, 5, 3, 5, 1), (2, 6, -6, 5, 1)]
    a, b = (fn(_ka_tx(rows), targets, 5)[_AF_COLUMNS] for rows in (inside, inside + outside))
    return list(a.index) == [0, 1] and bool(np.allclose(a.astype(float), b.astype(float)))


def kill_asof__wrong_split_basket(fn):
    """A basket with two days, against the contract: refuses right ones that sum up each basket first."""
    if not kill_asof__right_table(fn):
        return False
    tx = _ka_tx([(1, 8, -1, 2, 1), (1, 8, -9, 3, 1), (1, 8, 0, 4, 1)])
    return bool(_ka_same(fn(tx, _ka_targets([(1, 0)]), 5), [[1, 2, 1, 1]], [0]))


def kill_asof__wrong_clean_data_only(fn):
    """A long but clean history (one row a household, a basket a day, no equal lines): misses most."""
    rng = random.Random(1)
    rows = [
        (h, 100 * h + d, -d, 2.0 + d, float(rng.random() < 0.4))
        for h in range(1, 9)
        for d in range(9)
    ]
    tx, targets = _ka_tx(rows), _ka_targets([(h, 0) for h in range(1, 9)])
    want = asof_features__right_loops(tx, targets, 5).to_numpy(dtype=float)
    return bool(_ka_same(fn(tx, targets, 5), want, targets.index))


def kill_asof__wrong_means_close(fn):
    """The docstring's example, and means of a long history within 10 %: misses borders and order."""
    if not kill_asof__wrong_docstring_only_once_more(fn):
        return False
    rng = random.Random(5)
    rows = [(h, 1000 * h - d, d, 3.0, float(d % 3 == 0)) for h in range(40) for d in range(-90, 0)]
    rows += rows[:5]
    tx = _ka_tx(rng.sample(rows, len(rows)))
    targets = _ka_targets([(h, 0) for h in range(40)] + [(1, 0), (3, -2)])
    want = asof_features__right_merge_once_more(tx, targets, 60)[_AF_COLUMNS].astype(float).mean()
    return bool(np.allclose(fn(tx, targets, 60)[_AF_COLUMNS].astype(float).mean(), want, rtol=0.1))


def logistic_loss_grad__right_logaddexp_once_more(w, b, X, y, l2):
    """np.logaddexp and scipy's expit."""
    z = X @ w + b
    loss = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)
    off = special.expit(z) - y
    return float(loss), X.T @ off / len(y) + l2 * w, float(off.mean())


def logistic_loss_grad__right_loops(w, b, X, y, l2):
    """Row by row with math; each sign of z has its own stable form; exact sums."""
    w = [float(v) for v in w]
    losses, offs = [], []
    rows = np.asarray(X, dtype=float).tolist()
    for row, label in zip(rows, np.asarray(y).tolist(), strict=True):
        z = math.fsum([b, *(u * v for u, v in zip(w, row, strict=True))])
        small = math.exp(-abs(z))
        p = 1 / (1 + small) if z >= 0 else small / (1 + small)
        against = -z if label else z  # the loss is log(1 + e^against)
        losses.append(max(against, 0.0) + math.log1p(small))
        offs.append(p - 1 if label else p)
    n = len(losses)
    grad = [
        math.fsum(o * r[j] for o, r in zip(offs, rows, strict=True)) / n + l2 * w[j]
        for j in range(len(w))
    ]
    loss = math.fsum(losses) / n + l2 / 2 * math.fsum(v * v for v in w)
    return loss, np.array(grad), math.fsum(offs) / n


def logistic_loss_grad__right_two_classes(w, b, X, y, l2):
    """As a softmax over the scores 0 and z: logsumexp, minus the score of the label."""
    scores = np.column_stack([np.zeros(len(X)), np.asarray(X, float) @ w + b])
    hot = np.eye(2)[np.asarray(y).astype(int)]
    told = special.logsumexp(scores, axis=1) - (scores * hot).sum(axis=1)
    off = (special.softmax(scores, axis=1) - hot)[:, 1]
    loss = told.sum() / len(told) + 0.5 * l2 * np.square(np.asarray(w, float)).sum()
    grad = np.einsum("i,ij->j", off, np.asarray(X, float)) / len(told) + l2 * np.asarray(w, float)
    return loss, grad, off.sum() / len(told)


def logistic_loss_grad__right_augmented(w, b, X, y, l2):
    """Intercept as a column of ones, tanh for the probability, signs for the labels."""
    A = np.insert(np.asarray(X, dtype=float), 0, 1.0, axis=1)
    theta = np.append(float(b), np.asarray(w, dtype=float))
    sign = np.where(np.asarray(y) == 1, 1.0, -1.0)
    m = sign * (A @ theta)
    loss = np.mean(np.maximum(-m, 0) + np.log1p(np.exp(-np.abs(m))))
    grad = A.T @ (-sign * (1 - np.tanh(m / 2)) / 2) / len(A)
    ridge = l2 * theta
    ridge[0] = 0.0
    grad = grad + ridge
    return float(loss + theta @ ridge / 2), grad[1:], float(grad[0])


def _ll_parts(w, b, X, y):
    z = X @ w + b
    off = special.expit(z) - y
    return np.mean(np.logaddexp(0, z) - y * z), X.T @ off / len(y), off.mean()


def logistic_loss_grad__wrong_no_half_once_more(w, b, X, y, l2):
    """The penalty of the loss without 1/2: w = [1], l2 = 1 adds 1."""
    loss, gw, gb = _ll_parts(w, b, X, y)
    return float(loss + l2 * (w @ w)), gw + l2 * w, float(gb)


def logistic_loss_grad__wrong_grad_twice(w, b, X, y, l2):
    """The gradient of the penalty is 2 l2 w: w = [1], l2 = 1."""
    loss, gw, gb = _ll_parts(w, b, X, y)
    return float(loss + l2 / 2 * (w @ w)), gw + 2 * l2 * w, float(gb)


def logistic_loss_grad__wrong_intercept_penalised_once_more(w, b, X, y, l2):
    """b is in the penalty and in its gradient: b = 1, l2 = 1."""
    loss, gw, gb = _ll_parts(w, b, X, y)
    return float(loss + l2 / 2 * (w @ w + b * b)), gw + l2 * w, float(gb + l2 * b)


def logistic_loss_grad__wrong_penalty_by_n(w, b, X, y, l2):
    """The penalty is inside the mean, so it is divided by n: w = [1], l2 = 1, two rows."""
    loss, gw, gb = _ll_parts(w, b, X, y)
    return float(loss + l2 / 2 * (w @ w) / len(y)), gw + l2 * w / len(y), float(gb)


def logistic_loss_grad__wrong_norm_not_squared_once_more(w, b, X, y, l2):
    """The norm is not squared: w = [2], l2 = 1 adds 1, not 2."""
    loss, gw, gb = _ll_parts(w, b, X, y)
    return float(loss + l2 / 2 * np.linalg.norm(w)), gw + l2 * w, float(gb)


def logistic_loss_grad__wrong_overflow_once_more(w, b, X, y, l2):
    """log1p(exp(z)) is inf from z = 710 on: w = [1], X = [[800]]."""
    _, gw, gb = _ll_parts(w, b, X, y)
    z = X @ w + b
    with np.errstate(over="ignore"):
        loss = np.mean(np.log1p(np.exp(z)) - y * z) + l2 / 2 * (w @ w)
    return float(loss), gw + l2 * w, float(gb)


def logistic_loss_grad__wrong_clipped_probability(w, b, X, y, l2):
    """Minus log of p clipped at 1e-15: at most 34.5, though z = 800, y = 0 costs 800."""
    _, gw, gb = _ll_parts(w, b, X, y)
    p = np.clip(special.expit(X @ w + b), 1e-15, 1 - 1e-15)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + l2 / 2 * (w @ w)
    return float(loss), gw + l2 * w, float(gb)


def logistic_loss_grad__wrong_signs_not_made(w, b, X, y, l2):
    """log(1 + exp(-y z)), the form for labels -1 and 1, with 0 and 1: y = 0 always costs log 2."""
    _, gw, gb = _ll_parts(w, b, X, y)
    loss = np.mean(np.logaddexp(0, -y * (X @ w + b))) + l2 / 2 * (w @ w)
    return float(loss), gw + l2 * w, float(gb)


def logistic_loss_grad__wrong_sum_in_intercept(w, b, X, y, l2):
    """grad_b is the sum, not the mean: b = 1, two rows."""
    loss, gw, gb = _ll_parts(w, b, X, y)
    return float(loss + l2 / 2 * (w @ w)), gw + l2 * w, float(gb * len(y))


def logistic_loss_grad__wrong_divided_by_size(w, b, X, y, l2):
    """grad_w is divided by X.size: right with one feature, half with two."""
    loss, gw, gb = _ll_parts(w, b, X, y)
    return float(loss + l2 / 2 * (w @ w)), gw * len(y) / max(X.size, 1) + l2 * w, float(gb)


def logistic_loss_grad__wrong_p_overflows(w, b, X, y, l2):
    """p = e^z / (1 + e^z) in the gradient is NaN from z = 710 on: w = [1], X = [[800]]."""
    loss, _, _ = _ll_parts(w, b, X, y)
    with np.errstate(all="ignore"):
        e = np.exp(X @ w + b)
        off = e / (1 + e) - y
    return float(loss + l2 / 2 * (w @ w)), X.T @ off / len(y) + l2 * w, float(off.mean())


def calibration_table__right_array_split_once_more(y, p, bins):
    """Stable argsort and np.array_split."""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    parts = np.array_split(np.argsort(p, kind="stable"), min(bins, len(p)))
    table = pd.DataFrame(
        {
            "n": [len(part) for part in parts],
            "predicted": [p[part].mean() for part in parts],
            "observed": [y[part].mean() for part in parts],
        }
    )
    gap = (table["predicted"] - table["observed"]).abs()
    return table, float((gap * table["n"]).sum() / len(p))


def calibration_table__right_loops(y, p, bins):
    """sorted, divmod and fsum; no NumPy."""
    pairs = sorted(zip(map(float, p), map(int, y), strict=True), key=lambda pair: pair[0])
    size, more = divmod(len(pairs), min(bins, len(pairs)))
    rows, at, gaps = [], 0, []
    while at < len(pairs):
        part = pairs[at : at + size + (len(rows) < more)]
        at += len(part)
        promised, happened = math.fsum(q for q, _ in part), sum(label for _, label in part)
        rows.append((len(part), promised / len(part), happened / len(part)))
        gaps.append(abs(promised - happened))
    return pd.DataFrame(rows, columns=["n", "predicted", "observed"]), math.fsum(gaps) / len(pairs)


def calibration_table__right_groupby_once_more(y, p, bins):
    """pandas: a stable sort, a bin number for each position, groupby."""
    n = len(p)
    bins = min(bins, n)
    df = pd.DataFrame({"p": np.array(list(p), dtype=float), "y": np.array(list(y), dtype=float)})
    df = df.sort_values("p", kind="mergesort", ignore_index=True)
    size, more = n // bins, n % bins
    df["bin"] = [
        i // (size + 1) if i < more * (size + 1) else more + (i - more * (size + 1)) // size
        for i in range(n)
    ]
    table = df.groupby("bin").agg(n=("p", "size"), predicted=("p", "mean"), observed=("y", "mean"))
    table.index.name = None
    return table, np.average((table.predicted - table.observed).abs(), weights=table.n)


def calibration_table__right_fractions(y, p, bins):
    """Recursive: the first bin takes the ceiling, the rest is the same problem; fractions."""
    ranked = sorted(range(len(p)), key=[float(v) for v in p].__getitem__)
    q, hit = [Fraction(float(v)) for v in p], [int(v) for v in y]

    def cut(rest, k):
        if k == 0:
            return []
        first = -(-len(rest) // k)
        return [rest[:first], *cut(rest[first:], k - 1)]

    parts = cut(ranked, min(bins, len(ranked)))
    mean = [
        (sum(q[i] for i in part) / len(part), Fraction(sum(hit[i] for i in part), len(part)))
        for part in parts
    ]
    ece = sum(len(part) * abs(a - b) for part, (a, b) in zip(parts, mean, strict=True))
    columns = {
        "n": [len(part) for part in parts],
        "predicted": [float(a) for a, _ in mean],
        "observed": [float(b) for _, b in mean],
    }
    return pd.DataFrame(columns), float(ece / len(ranked))


def _ct_table(y, p, parts):
    rows = [(len(part), p[part].mean(), y[part].mean()) for part in parts]
    table = pd.DataFrame(rows, columns=["n", "predicted", "observed"])
    gap = (table["predicted"] - table["observed"]).abs()
    return table, float((gap * table["n"]).sum() / len(p))


def calibration_table__wrong_reversed_ties(y, p, bins):
    """Sorted by -p and turned round: equal ones in reverse order; y [1, 0], p [.5, .5], 2 bins."""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    order = np.argsort(-p, kind="stable")[::-1]
    return _ct_table(y, p, np.array_split(order, min(bins, len(p))))


def calibration_table__wrong_ties_by_outcome(y, p, bins):
    """Sorts pairs (p, y), so equal ones are ordered by y; y [1, 0], p [.5, .5], 2 bins."""
    pairs = np.array(sorted(zip(list(p), list(y), strict=True)), dtype=float)
    parts = np.array_split(np.arange(len(pairs)), min(bins, len(pairs)))
    return _ct_table(pairs[:, 1], pairs[:, 0], parts)


def calibration_table__wrong_quantiles(y, p, bins):
    """qcut keeps equal predictions together: p [.1, .5, .5, .5], 2 bins gives another size than 2."""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    code = pd.qcut(p, min(bins, len(p)), labels=False, duplicates="drop")
    return _ct_table(y, p, [np.flatnonzero(code == k) for k in np.unique(code)])


def calibration_table__wrong_first_takes_rest(y, p, bins):
    """The first bin takes the whole remainder: 5 customers, 3 bins gives 3, 1, 1."""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    bins = min(bins, len(p))
    size, more = divmod(len(p), bins)
    cuts = more + size * np.arange(1, bins)
    return _ct_table(y, p, np.split(np.argsort(p, kind="stable"), cuts))


def calibration_table__wrong_ceiling_chunks(y, p, bins):
    """Chunks of ceil(n / bins): 5 customers, 4 bins gives three bins of 2, 2, 1."""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    size = math.ceil(len(p) / bins)
    order = np.argsort(p, kind="stable")
    return _ct_table(y, p, [order[i : i + size] for i in range(0, len(p), size)])


def calibration_table__wrong_ranks_scaled(y, p, bins):
    """Bin i * bins // n: 8 customers, 5 bins gives 2, 2, 1, 2, 1, the larger ones not first."""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    bins, order = min(bins, len(p)), np.argsort(p, kind="stable")
    code = np.arange(len(p)) * bins // len(p)
    return _ct_table(y, p, [order[code == k] for k in range(bins)])


def calibration_table__wrong_signed_once_more(y, p, bins):
    """Gaps cancel before the absolute value: y [1, 0], p [.2, .8], 2 bins gives 0."""
    table, _ = calibration_table__right_array_split_once_more(y, p, bins)
    gap = (table["predicted"] - table["observed"]) * table["n"]
    return table, float(abs(gap.sum()) / table["n"].sum())


def calibration_table__wrong_labels_aligned(y, p, bins):
    """Series are aligned by label: y and p with labels [0, 1] and [1, 0] are mixed up."""
    df = pd.DataFrame({"p": p, "y": y}).astype(float).reset_index(drop=True)
    return calibration_table__right_array_split_once_more(df["y"], df["p"], bins)


def calibration_table__wrong_empty_bins_once_more(y, p, bins):
    """No limit of bins: one customer and two bins gives a second row, of NaN."""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    rows = [
        (len(q), p[q].mean() if len(q) else np.nan, y[q].mean() if len(q) else np.nan)
        for q in parts
    ]
    table = pd.DataFrame(rows, columns=["n", "predicted", "observed"])
    gap = (table["predicted"] - table["observed"]).abs()
    return table, float((gap * table["n"]).sum() / len(p))


def calibration_table__wrong_outcomes_unsorted(y, p, bins):
    """Only p is sorted: y [1, 0], p [.9, .1], 2 bins compares .1 with 1."""
    y, p = np.asarray(y, dtype=float), np.sort(np.asarray(p, dtype=float))
    return _ct_table(y, p, np.array_split(np.arange(len(p)), min(bins, len(p))))


def calibration_table__wrong_numbered_from_one_once_more(y, p, bins):
    """The bins are numbered from 1: any input."""
    table, ece = calibration_table__right_array_split_once_more(y, p, bins)
    table.index = table.index + 1
    return table, ece


def ece_floor__right_table(p, u, bins):
    """Calls the table for each simulation."""
    p, u = np.asarray(p, dtype=float), np.asarray(u, dtype=float)
    errors = [calibration_table__right_array_split_once_more(row < p, p, bins)[1] for row in u]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__right_reduceat(p, u, bins):
    """All simulations at once: sort the columns once, add up the gaps of each bin."""
    p, u = np.array(list(p), dtype=float), np.array(u, dtype=float)
    order, k = np.argsort(p, kind="stable"), min(bins, len(p))
    size, more = divmod(len(p), k)
    starts = np.arange(k) * size + np.minimum(np.arange(k), more)
    gaps = np.add.reduceat((p - (u < p))[:, order], starts, axis=1)
    errors = np.abs(gaps).sum(axis=1) / len(p)
    return errors.mean(), np.quantile(errors, 0.95)


def ece_floor__right_plain(p, u, bins):
    """Plain Python: lists, fsum, and the quantile by hand."""
    p = [float(v) for v in p]
    order = sorted(range(len(p)), key=p.__getitem__)
    k = min(bins, len(p))
    parts = [len(p) // k + (j < len(p) % k) for j in range(k)]
    errors = []
    for row in np.asarray(u, dtype=float).tolist():
        at, total = 0, 0.0
        for size in parts:
            mine = order[at : at + size]
            total += abs(math.fsum(p[i] for i in mine) - sum(row[i] < p[i] for i in mine))
            at += size
        errors.append(total / len(p))
    errors.sort()
    at = 0.95 * (len(errors) - 1)
    low = math.floor(at)
    high = min(low + 1, len(errors) - 1)
    return math.fsum(errors) / len(errors), errors[low] + (at - low) * (errors[high] - errors[low])


def ece_floor__right_matrix(p, u, bins):
    """One product with a matrix customers x bins; pandas' own quantile."""
    p, u = np.asarray(p, dtype=float).ravel(), np.asarray(u, dtype=float)
    k = min(bins, len(p))
    member = np.zeros((len(p), k))
    for j, part in enumerate(np.array_split(np.argsort(p, kind="stable"), k)):
        member[part, j] = 1.0
    errors = np.abs((np.less(u, p) - p) @ member).sum(axis=1) / len(p)
    return float(errors.mean()), float(pd.Series(errors).quantile(0.95))


def _ef(p, u, bins, table=calibration_table__right_array_split_once_more, hit=np.less):
    p, u = np.asarray(p, dtype=float), np.asarray(u, dtype=float)
    errors = [table(hit(row, p), p, bins)[1] for row in u]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_less_or_equal_once_more(p, u, bins):
    """u <= p: p [0.2], u [[0.2]] redeems, and p [0], u [[0]] too."""
    return _ef(p, u, bins, hit=np.less_equal)


def ece_floor__wrong_columns_not_sorted(p, u, bins):
    """p is sorted first and u is not: p [.9, .1], u [[.05, .95]], 2 bins."""
    return _ef(np.sort(np.asarray(p, dtype=float)), u, bins)


def ece_floor__wrong_labels_aligned(p, u, bins):
    """A DataFrame u is aligned with a Series p by label, not by position: labels [0, 1] and [1, 0]."""
    u = u if isinstance(u, pd.DataFrame) else pd.DataFrame(np.asarray(u, dtype=float))
    hit = u.lt(pd.Series(p), axis=1).to_numpy()
    p = np.asarray(p, dtype=float)
    errors = [calibration_table__right_array_split_once_more(row, p, bins)[1] for row in hit]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_reversed_ties(p, u, bins):
    """Equal promises in reverse order: p [.5, .5, .5], u [[0, 1, 1]], 2 bins."""
    return _ef(p, u, bins, table=calibration_table__wrong_reversed_ties)


def ece_floor__wrong_empty_bins_once_more(p, u, bins):
    """Bins beyond the customers are empty, and their mean is NaN: p [.5], 2 bins."""
    p, u = np.asarray(p, dtype=float), np.asarray(u, dtype=float)
    parts = np.array_split(np.argsort(p, kind="stable"), bins)
    with np.errstate(all="ignore"):
        gap = [
            [len(q) * abs(np.divide(p[q].sum() - (row < p)[q].sum(), len(q))) for q in parts]
            for row in u
        ]
    errors = np.sum(gap, axis=1) / len(p)
    return float(errors.mean()), float(np.quantile(errors, 0.95))


def ece_floor__wrong_ceiling_chunks(p, u, bins):
    """Bins of ceil(n / bins): p [.1, .2, .3, .4, .5], u [[.9, .9, .1, .9, .9]], 4 bins: three bins."""
    return _ef(p, u, bins, table=calibration_table__wrong_ceiling_chunks)


def ece_floor__wrong_plain_mean_of_bins(p, u, bins):
    """Bins are not weighted by their size: 3 customers, 2 bins."""
    p, u = np.asarray(p, dtype=float), np.asarray(u, dtype=float)
    tables = [calibration_table__right_array_split_once_more(row < p, p, bins)[0] for row in u]
    errors = [(t["predicted"] - t["observed"]).abs().mean() for t in tables]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_square_turned(p, u, bins):
    """Guesses the shape from its first number: a square u is turned; p [.2, .8], u [[.5, .1], [.9, .5]]."""
    u = np.asarray(u, dtype=float)
    return _ef(p, u.T if len(u) == len(p) else u, bins)


def ece_floor__wrong_clipped(p, u, bins):
    """Promises are clipped to 1e-6 first: p [0], u [[0]] redeems."""
    return _ef(np.clip(np.asarray(p, dtype=float), 1e-6, 1 - 1e-6), u, bins)


def ece_floor__wrong_single_precision(p, u, bins):
    """Compared in float32 to save memory: p [0.5 + 1e-9], u [[0.5]] does not redeem."""
    u32 = np.asarray(u, dtype=np.float32)
    p64 = np.asarray(p, dtype=float)
    errors = [
        calibration_table__right_array_split_once_more(row < p64.astype(np.float32), p64, bins)[1]
        for row in u32
    ]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_one_draw_a_bin(p, u, bins):
    """One draw for each bin: its customers share the u of the first; p [.5, .5], u [[.1, .9]], 1 bin."""
    p, u = np.asarray(p, dtype=float), np.asarray(u, dtype=float)
    parts = np.array_split(np.argsort(p, kind="stable"), min(bins, len(p)))
    errors = [sum(abs(p[q].sum() - (row[q[0]] < p[q]).sum()) for q in parts) / len(p) for row in u]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def _rc_logit(p, low=1e-6):
    p = np.clip(np.asarray(p, dtype=float), low, 1 - low)
    return np.log(p) - np.log1p(-p)


def _rc_newton(x, y, steps=200):
    """Slope and intercept by Newton's method with step halving, on the scaled feature."""
    x, y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    mid, width = x.mean(), x.std()
    A = np.column_stack([np.ones(len(x)), (x - mid) / width])

    def loss(t):
        return np.sum(np.logaddexp(0, A @ t) - y * (A @ t))

    t = np.zeros(2)
    for _ in range(steps):
        p = special.expit(A @ t)
        step = np.linalg.solve((A * (p * (1 - p))[:, None]).T @ A, A.T @ (y - p))
        while np.abs(step).max() > 1e-13 and loss(t + step) > loss(t) + 1e-12:
            step = step / 2
        t = t + step
        if np.abs(step).max() < 1e-12:
            break
    return t[1] / width, t[0] - t[1] * mid / width


def recalibrate__right_sklearn_once_more(p_old, y_old, p_new):
    """LogisticRegression with C = inf on the clipped log odds; coefficients applied with expit."""
    x, y = special.logit(np.clip(np.asarray(p_old, float), 1e-6, 1 - 1e-6)), np.asarray(y_old, int)
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000, solver="newton-cholesky")
    model.fit(x[:, None], y)
    z = special.logit(np.clip(np.asarray(p_new, float), 1e-6, 1 - 1e-6))
    return special.expit(model.intercept_[0] + model.coef_[0, 0] * z)


def recalibrate__right_newton_once_more(p_old, y_old, p_new):
    """Newton's method by hand on a scaled feature."""
    slope, intercept = _rc_newton(_rc_logit(p_old), y_old)
    return 1 / (1 + np.exp(-(slope * _rc_logit(p_new) + intercept)))


def recalibrate__right_weak_penalty(p_old, y_old, p_new):
    """BFGS on the mean loss with a penalty of 1e-9, which is allowed."""
    x, y = _rc_logit(p_old), np.asarray(y_old, dtype=float)

    def loss(t):
        z = t[0] + t[1] * x
        off = special.expit(z) - y
        value = np.mean(np.logaddexp(0, z) - y * z) + 1e-9 * t[1] ** 2
        return value, np.array([off.mean(), (off * x).mean() + 2e-9 * t[1]])

    t = optimize.minimize(loss, [0.0, 1.0], jac=True, method="BFGS", options={"gtol": 1e-9}).x
    return special.expit(t[0] + t[1] * _rc_logit(p_new))


def recalibrate__right_nested_roots(p_old, y_old, p_new):
    """Two equations, two bracketed roots: the intercept for each slope, then the slope."""
    x = _rc_logit(p_old)
    y = np.asarray(y_old, dtype=float)
    mid = x.mean()

    def intercept(slope):
        width = 50 + abs(slope) * np.abs(x - mid).max()
        score = lambda a: (special.expit(a + slope * (x - mid)) - y).sum()  # noqa: E731
        return optimize.brentq(score, -width, width, xtol=1e-13)

    def score(slope):
        return ((special.expit(intercept(slope) + slope * (x - mid)) - y) * (x - mid)).sum()

    reach = 1.0
    while score(-reach) > 0 or score(reach) < 0:
        reach *= 2
    slope = optimize.brentq(score, -reach, reach, xtol=1e-13)
    return special.expit(intercept(slope) + slope * (_rc_logit(p_new) - mid))


def _rc_map(x, y, z):
    slope, intercept = _rc_newton(x, y)
    return special.expit(slope * z + intercept)


def recalibrate__wrong_new_not_clipped_once_more(p_old, y_old, p_new):
    """Only p_old is clipped: p_new = 0 gives 0 (or 1), though the slope may be 0.1."""
    return _rc_map(_rc_logit(p_old), y_old, special.logit(np.asarray(p_new, dtype=float)))


def recalibrate__wrong_clipped_elsewhere(p_old, y_old, p_new):
    """Clips at 1e-15: an old or new promise of 0 has log odds of -34.5, not -13.8."""
    return _rc_map(_rc_logit(p_old, 1e-15), y_old, _rc_logit(p_new, 1e-15))


def recalibrate__wrong_probability_as_feature(p_old, y_old, p_new):
    """The feature is p, not its log odds: right for two old values only, not for a third one."""
    old, new = (np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6) for p in (p_old, p_new))
    return _rc_map(old, y_old, new)


def recalibrate__wrong_log_probability(p_old, y_old, p_new):
    """The feature is log p: p_new = 0.99 in the docstring's example."""
    old, new = (np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6) for p in (p_old, p_new))
    return _rc_map(np.log(old), y_old, np.log(new))


def recalibrate__wrong_probit(p_old, y_old, p_new):
    """The feature is the normal quantile of p: p_new = 0.95 in the docstring's example."""
    old, new = (np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6) for p in (p_old, p_new))
    return _rc_map(stats.norm.ppf(old), y_old, stats.norm.ppf(new))


def recalibrate__wrong_never_falls(p_old, y_old, p_new):
    """A slope below 0 becomes 0: p_old [.2] * 3 + [.8] * 3, y [1, 1, 0, 0, 0, 1]."""
    x = _rc_logit(p_old)
    slope, intercept = _rc_newton(x, y_old)
    if slope < 0:
        slope, intercept = 0.0, float(special.logit(np.mean(y_old)))
    return special.expit(slope * _rc_logit(p_new) + intercept)


def recalibrate__wrong_few_steps(p_old, y_old, p_new):
    """Gradient descent, 2,000 steps of 0.1: too few where few redeem (p_old near 0.001)."""
    x, y = _rc_logit(p_old), np.asarray(y_old, dtype=float)
    a = b = 0.0
    for _ in range(2000):
        off = special.expit(a * x + b) - y
        a, b = a - 0.1 * (off * x).mean(), b - 0.1 * off.mean()
    return special.expit(a * _rc_logit(p_new) + b)


def recalibrate__wrong_penalty_felt(p_old, y_old, p_new):
    """C = 100 is felt: 0.2026 and 0.7468 in the docstring's example, off by more than 0.001."""
    model = LogisticRegression(C=100.0, tol=1e-10, max_iter=10_000)
    model.fit(_rc_logit(p_old)[:, None], np.asarray(y_old, int))
    return special.expit(model.intercept_[0] + model.coef_[0, 0] * _rc_logit(p_new))


def recalibrate__wrong_rates_interpolated(p_old, y_old, p_new):
    """Interpolates the rates observed at each old promise: p_new = 0.65 or 0.9 in the example."""
    rates = pd.Series(np.asarray(y_old, float)).groupby(np.asarray(p_old, float)).mean()
    return np.interp(np.asarray(p_new, float), rates.index.to_numpy(), rates.to_numpy())


def recalibrate__wrong_rounded_promises(p_old, y_old, p_new):
    """Promises are rounded to two decimals to group them: p_new = 0.645 in the example, or p_old 0.004."""
    old, new = (np.round(np.asarray(p, float), 2) for p in (p_old, p_new))
    return _rc_map(_rc_logit(old), y_old, _rc_logit(new))


def recalibrate__wrong_sorted_new(p_old, y_old, p_new):
    """Works on the unique new promises and returns these: p_new [.8, .5] or [.5, .5]."""
    return _rc_map(_rc_logit(p_old), y_old, _rc_logit(np.unique(np.asarray(p_new, float))))


def choose_offers__right_stable(p, margin, cost, budget):
    """Rounds, sorts stably by minus the value, cuts at the budget with a tolerance."""
    p, margin = np.asarray(p, dtype=float), np.asarray(margin, dtype=float)
    value = np.round(p * margin - cost, 9)
    order = np.argsort(-value, kind="stable")
    order = order[value[order] > 0]
    paid = int(min(len(order), np.floor(budget / cost + 1e-9)))
    return order[:paid].tolist()


def choose_offers__right_selection(p, margin, cost, budget):
    """Plain Python: takes the best one again and again while the money lasts."""
    worth = [round(float(a) * float(b) - cost, 9) for a, b in zip(p, margin, strict=True)]
    chosen, taken = [], set()
    while (
        len(chosen) < len(worth) and (len(chosen) + 1) * cost <= budget * (1 + 1e-12) + 1e-12 * cost
    ):
        best = None
        for i, v in enumerate(worth):
            if i not in taken and v > 0 and (best is None or v > worth[best]):
                best = i
        if best is None:
            break
        taken.add(best)
        chosen.append(best)
    return chosen


def choose_offers__right_lexsort(p, margin, cost, budget):
    """Whole billionths of a dollar, lexsort by value and number; an array is returned."""
    value = np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost
    units = np.rint(value * 1e9)
    numbers = np.arange(len(units))
    good = numbers[units >= 1]
    good = good[np.lexsort((good, -units[good]))]
    if math.isinf(budget):
        return good
    ratio = budget / cost
    near = round(ratio)
    affordable = (
        near if math.isclose(ratio, near, rel_tol=1e-11, abs_tol=1e-11) else math.floor(ratio)
    )
    return good[:affordable]


def choose_offers__right_decimal(p, margin, cost, budget):
    """Decimal for the value and for the number of offers, a dictionary of levels."""
    levels = defaultdict(list)
    for i, (a, b) in enumerate(zip(list(p), list(margin), strict=True)):
        exact = Fraction(float(a)) * Fraction(float(b)) - Fraction(float(cost))
        levels[round(exact * 10**9)].append(i)
    ranked = [i for units in sorted(levels, reverse=True) if units > 0 for i in levels[units]]
    if math.isinf(budget):
        return ranked
    ratio = Decimal(str(float(budget))) / Decimal(str(float(cost))) + Decimal("1e-9")
    return ranked[: int(ratio.to_integral_value(rounding=ROUND_FLOOR))]


def _co(p, margin, cost, keep=None, digits=9):
    value = np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost
    value = value if digits is None else np.round(value, digits)
    order = np.argsort(-value, kind="stable")
    return order[value[order] > 0] if keep is None else order[keep(value[order])]


def _co_cut(order, cost, budget):
    return order[: int(min(len(order), np.floor(budget / cost + 1e-9)))].tolist()


def choose_offers__wrong_floor_division_once_more(p, margin, cost, budget):
    """budget // cost: 1 // 0.1 is 9."""
    order = _co(p, margin, cost)
    return order.tolist() if math.isinf(budget) else order[: int(budget // cost)].tolist()


def choose_offers__wrong_money_added_up(p, margin, cost, budget):
    """Adds up what is spent: 0.1 + 0.1 + 0.1 is more than 0.3, so 0.3 pays for two."""
    chosen, spent = [], 0.0
    for i in _co(p, margin, cost).tolist():
        if spent + cost > budget:
            break
        spent += cost
        chosen.append(i)
    return chosen


def choose_offers__wrong_value_zero(p, margin, cost, budget):
    """A value of exactly 0 gets an offer: p [0.5], margin [2], cost 1."""
    return _co_cut(_co(p, margin, cost, keep=lambda v: v >= 0), cost, budget)


def choose_offers__wrong_order_not_rounded(p, margin, cost, budget):
    """Rounded for `> 0` only: p [0.3, 0.1], margin [1, 3], cost 0.05: 0.1 * 3 is a little more than 0.3."""
    value = np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost
    order = np.argsort(-value, kind="stable")
    return _co_cut(order[np.round(value[order], 9) > 0], cost, budget)


def choose_offers__wrong_border_not_rounded(p, margin, cost, budget):
    """Rounded for the order only: p [0.1], margin [3], cost 0.3 has a value of 5.6e-17 > 0."""
    value = np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost
    order = np.argsort(-np.round(value, 9), kind="stable")
    return _co_cut(order[value[order] > 0], cost, budget)


def choose_offers__wrong_higher_number_first(p, margin, cost, budget):
    """argsort turned round: of equal values the higher number first; p [.5, .5], margin [4, 4]."""
    value = np.round(np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost, 9)
    order = np.argsort(value, kind="stable")[::-1]
    return _co_cut(order[value[order] > 0], cost, budget)


def choose_offers__wrong_likelier_first(p, margin, cost, budget):
    """Of equal values the likelier customer first: p [.25, .5], margin [8, 4], cost 1."""
    p = np.asarray(p, dtype=float)
    value = np.round(p * np.asarray(margin, dtype=float) - cost, 9)
    order = np.lexsort((-p, -value))
    return _co_cut(order[value[order] > 0], cost, budget)


def choose_offers__wrong_cost_if_redeemed_once_more(p, margin, cost, budget):
    """The cost is paid only if redeemed, p * (margin - cost): p [0.5], margin [1.5], cost 1."""
    p, margin = np.asarray(p, dtype=float), np.asarray(margin, dtype=float)
    return _co_cut(_co(p, margin - cost, 0.0), cost, budget)


def choose_offers__wrong_threshold_divides(p, margin, cost, budget):
    """Keeps p > cost / margin: true for each margin below 0; p [0.5], margin [-4], cost 1."""
    p, margin = np.asarray(p, dtype=float), np.asarray(margin, dtype=float)
    value = np.round(p * margin - cost, 9)
    with np.errstate(divide="ignore"):
        good = p > cost / margin + 1e-9 * np.sign(margin) / np.maximum(np.abs(margin), 1e-300)
    order = np.argsort(-value, kind="stable")
    return _co_cut(order[good[order]], cost, budget)


def choose_offers__wrong_no_money_no_limit(p, margin, cost, budget):
    """`if budget` takes a budget of 0 for none: everybody with a value gets an offer."""
    order = _co(p, margin, cost)
    return _co_cut(order, cost, budget) if budget else order.tolist()


def choose_offers__wrong_infinite_budget_once_more(p, margin, cost, budget):
    """int(budget / cost) of an infinite budget raises OverflowError."""
    return _co(p, margin, cost)[: int(budget / cost + 1e-9)].tolist()


_more_PERSONA = {
    "coupons_counted": ([(1, 1, 0, 5), (1, 2, 10, 20)], [(1, 1, 2), (1, 1, 3)], 10),
    "future_known": ([(1, 1, 0, 5), (1, 2, 10, 20), (1, 3, 12, 22)], [(1, 2, 11)], 10),
    "unfinished_campaigns": ([(1, 1, 0, 12), (1, 2, 10, 20)], [], 10),
    "any_campaign": ([(1, 1, 0, 5), (1, 2, 3, 8), (1, 3, 10, 20)], [(1, 1, 2)], 10),
    "newcomers_dropped": ([(1, 1, 0, 5), (1, 2, 10, 20), (2, 2, 10, 20)], [], 10),
    "last_day_forgotten": ([(1, 1, 0, 9), (1, 2, 10, 20)], [], 10),
}


def _persona(defect, **other):
    return (_more_PERSONA | other)[defect]


def break_persona__right_table_once_again(defect):
    """A table of minimal histories."""
    return _persona(defect)


def break_persona__right_one_for_all_once_again(defect):
    """One history that breaks all six at once, whatever the defect."""
    sent = [(5, 1, -9, -6), (5, 2, -8, -1), (5, 3, -3, 4), (5, 4, 0, 7), (8, 4, 0, 7), (5, 6, 2, 9)]
    redeemed = [(5, 1, -9), (5, 1, -6), (8, 4, 0), (5, 4, 1)]
    return list(sent), list(redeemed), 0


def break_persona__right_search(defect):
    """Draws histories until the flawed profile differs from the right one."""
    rng = np.random.default_rng(3)
    while True:
        spans = {
            c: (int(s), int(s) + int(n)) for c, (s, n) in enumerate(rng.integers(0, 6, (4, 2)))
        }
        today = spans[0][0]
        pairs = [(h, c) for h in (1, 2) for c in spans if rng.random() < 0.7]
        sent = [(h, c, *spans[c]) for h, c in pairs]
        if not any(row[2] == today for row in sent):
            continue
        coupons = []
        for h, c in pairs:
            for _ in range(rng.integers(0, 3)):
                coupons.append((h, c, int(rng.integers(spans[c][0], spans[c][1] + 1))))
        coupons = coupons[:8]
        if _more_profile(sent, coupons, today) != _more_profile(sent, coupons, today, defect):
            return sent, coupons, today


def _more_profile(sent, redeemed, today, defect=None):
    rows = []
    for h in sorted({s[0] for s in sent if s[2] == today}):
        mine = [s for s in sent if s[0] == h]
        limit = today - 1 if defect == "last_day_forgotten" else today
        counted = {c for _, c, a, b in mine if b < limit}
        if defect == "unfinished_campaigns":
            counted = {c for _, c, a, b in mine if a < today}
        if defect == "newcomers_dropped" and not counted:
            continue
        coupons = [(c, d) for g, c, d in redeemed if g == h]
        n_sent = len(counted)
        if defect == "future_known":
            n_sent += sum(a > today for _, c, a, b in mine)
        hit = {c for c, d in coupons if c in counted}
        if defect == "future_known":
            hit |= {c for c, d in coupons if d >= today}
        n_red = len(hit)
        if defect == "coupons_counted":
            n_red = sum(c in counted for c, d in coupons)
        if defect == "any_campaign":
            n_red = n_sent if coupons else 0
        rows.append([h, n_sent, n_red])
    return rows


def break_persona__wrong_coupons_of_running(defect):
    """coupons_counted: both coupons are of a campaign that still runs, so neither version counts them."""
    return _persona(
        defect, coupons_counted=([(1, 1, 0, 12), (1, 2, 10, 20)], [(1, 1, 2), (1, 1, 3)], 10)
    )


def break_persona__wrong_coupons_of_two_households(defect):
    """coupons_counted: the two coupons of the campaign belong to two households."""
    sent = [(1, 1, 0, 5), (2, 1, 0, 5), (1, 2, 10, 20), (2, 2, 10, 20)]
    return _persona(defect, coupons_counted=(sent, [(1, 1, 2), (2, 1, 3)], 10))


def break_persona__wrong_future_by_running(defect):
    """future_known: the campaign began before today and its coupon was redeemed yesterday: nothing of the future."""
    return _persona(defect, future_known=([(1, 1, 0, 15), (1, 2, 10, 20)], [(1, 1, 9)], 10))


def break_persona__wrong_future_of_other_household(defect):
    """future_known: the later campaign goes to a household that has no campaign today, so no row shows it."""
    sent = [(1, 1, 0, 5), (1, 2, 10, 20), (2, 3, 12, 22)]
    return _persona(defect, future_known=(sent, [(2, 3, 13)], 10))


def break_persona__wrong_dates_differ(defect):
    """any_campaign: campaign 1 has other days for household 2 than for household 1, which is not allowed."""
    sent = [(1, 1, 0, 5), (2, 1, 0, 6), (1, 2, 3, 8), (1, 3, 10, 20)]
    return _persona(defect, any_campaign=(sent, [(1, 1, 2)], 10))


def break_persona__wrong_all_redeemed_once_more(defect):
    """any_campaign: both ended campaigns were redeemed, so one coupon for all makes no difference."""
    sent = [(1, 1, 0, 5), (1, 2, 3, 8), (1, 3, 10, 20)]
    return _persona(defect, any_campaign=(sent, [(1, 1, 2), (1, 2, 4)], 10))


def break_persona__wrong_newcomer_not_today(defect):
    """newcomers_dropped: the newcomer has only a running campaign and none that starts today: no row in either."""
    sent = [(1, 1, 0, 5), (1, 2, 10, 20), (2, 3, 8, 12)]
    return _persona(defect, newcomers_dropped=(sent, [], 10))


def break_persona__wrong_coupon_on_start_of_next(defect):
    """last_day_forgotten: the coupon of the campaign that ended on day 9 is redeemed on day 10, after its last day."""
    return _persona(defect, last_day_forgotten=([(1, 1, 0, 9), (1, 2, 10, 20)], [(1, 1, 10)], 10))


def break_persona__wrong_ends_today_once_more(defect):
    """last_day_forgotten: the campaign ends today and not yesterday; it counts in neither version."""
    return _persona(defect, last_day_forgotten=([(1, 1, 0, 10), (1, 2, 10, 20)], [(1, 1, 10)], 10))


def break_persona__wrong_nobody_starts(defect):
    """unfinished_campaigns: no campaign starts on day 11, so both profiles are empty."""
    return _persona(defect, unfinished_campaigns=([(1, 1, 0, 12), (1, 2, 10, 20)], [], 11))


def _in_time(desc, redemptions):
    hits = redemptions.merge(desc[["campaign_id", "start_date", "end_date"]], on="campaign_id")
    return hits[hits["redemption_date"].between(hits["start_date"], hits["end_date"])]


def build_labels__right_dict_loop(campaigns, desc, redemptions):
    """Plain Python: dates by campaign in a dict, a set of hits."""
    span = {c: (a, b) for c, a, b in zip(desc["campaign_id"], desc["start_date"], desc["end_date"])}
    hits = set()
    for h, c, d in zip(
        redemptions["household_id"], redemptions["campaign_id"], redemptions["redemption_date"]
    ):
        if c in span and span[c][0] <= d <= span[c][1]:
            hits.add((h, c))
    h, c = list(campaigns["household_id"]), list(campaigns["campaign_id"])
    return pd.DataFrame(
        {"household_id": h, "campaign_id": c, "y": [int(pair in hits) for pair in zip(h, c)]}
    )


def build_labels__right_multiindex_once_more(campaigns, desc, redemptions):
    """isin on a MultiIndex, an odd index on the result."""
    hits = _in_time(desc, redemptions)
    keys = ["household_id", "campaign_id"]
    y = pd.MultiIndex.from_frame(campaigns[keys]).isin(pd.MultiIndex.from_frame(hits[keys]))
    out = campaigns[keys].copy()
    out["y"] = y.astype("int8")
    return out


def build_labels__right_left_merge(campaigns, desc, redemptions):
    """Left merge with an indicator after the pairs were made unique."""
    keys = ["household_id", "campaign_id"]
    hits = _in_time(desc, redemptions)[keys].drop_duplicates()
    out = campaigns[keys].merge(hits, on=keys, how="left", indicator="how")
    out["y"] = out.pop("how").eq("both").astype(int)
    return out[[*keys, "y"]].set_axis(np.arange(len(out))[::-1])


def build_labels__wrong_aligned(campaigns, desc, redemptions):
    """y is put back by index: wrong for an index that is not 0, 1, 2, e.g. index=[2, 0, 1]."""
    keys = ["household_id", "campaign_id"]
    merged = campaigns[keys].merge(
        _in_time(desc, redemptions)[keys].drop_duplicates(), how="left", indicator="how"
    )
    out = campaigns[keys].copy()
    out["y"] = merged["how"].eq("both").astype(int)
    return out


def build_labels__wrong_loc_by_label_once_more(campaigns, desc, redemptions):
    """Sets y with .loc[label]: with index [5, 5] a redemption of one row marks both."""
    keys = ["household_id", "campaign_id"]
    out = campaigns[keys].copy()
    out["y"] = 0
    hits = set(map(tuple, _in_time(desc, redemptions)[keys].itertuples(index=False)))
    for label, h, c in out[keys].itertuples():
        if (h, c) in hits:
            out.loc[label, "y"] = 1
    return out


def build_labels__wrong_glued_keys(campaigns, desc, redemptions):
    """The key is the two ids as glued text: household 1, campaign 12 is household 11, campaign 2."""
    hits = _in_time(desc, redemptions)
    out = campaigns[["household_id", "campaign_id"]].copy()
    glue = lambda df: df["household_id"].astype(str) + df["campaign_id"].astype(str)  # noqa: E731
    out["y"] = glue(out).isin(set(glue(hits))).astype(int)
    return out


def build_labels__wrong_number_key(campaigns, desc, redemptions):
    """The key is household * 100 + campaign: household 1, campaign 101 equals household 2, campaign 1."""
    hits = _in_time(desc, redemptions)
    out = campaigns[["household_id", "campaign_id"]].copy()
    key = lambda df: df["household_id"] * 100 + df["campaign_id"]  # noqa: E731
    out["y"] = key(out).isin(key(hits)).astype(int)
    return out


def build_labels__wrong_first_coupon(campaigns, desc, redemptions):
    """Pairs are made unique before the dates are checked: the first coupon is late, the second in time -> 0."""
    keys = ["household_id", "campaign_id"]
    hits = _in_time(desc, redemptions.drop_duplicates(keys))[keys]
    out = campaigns[keys].merge(hits, on=keys, how="left", indicator="how")
    out["y"] = out.pop("how").eq("both").astype(int)
    return out


def build_labels__wrong_two_isins(campaigns, desc, redemptions):
    """Household and campaign are looked up apart: 1 redeemed 8 and 2 redeemed 9, so (1, 9) gets 1 too."""
    hits = _in_time(desc, redemptions)
    out = campaigns[["household_id", "campaign_id"]].copy()
    out["y"] = (
        out["household_id"].isin(hits["household_id"])
        & out["campaign_id"].isin(hits["campaign_id"])
    ).astype(int)
    return out


def build_labels__wrong_desc_sorted(campaigns, desc, redemptions):
    """Looks up the dates by searchsorted in desc: wrong where desc lists campaign 9 before 8."""
    at = np.searchsorted(desc["campaign_id"].to_numpy(), redemptions["campaign_id"].to_numpy())
    at = np.minimum(at, len(desc) - 1)
    day = redemptions["redemption_date"].to_numpy()
    ok = (day >= desc["start_date"].to_numpy()[at]) & (day <= desc["end_date"].to_numpy()[at])
    keys = ["household_id", "campaign_id"]
    out = campaigns[keys].merge(
        redemptions.loc[ok, keys].drop_duplicates(), how="left", indicator="how"
    )
    out["y"] = out.pop("how").eq("both").astype(int)
    return out


def build_labels__wrong_concat(campaigns, desc, redemptions):
    """pd.concat over groups of redemptions raises where nobody redeemed anything."""
    span = desc.set_index("campaign_id")
    parts = [
        part[part["redemption_date"].between(*span.loc[c, ["start_date", "end_date"]])]
        for c, part in redemptions.groupby("campaign_id")
    ]
    hits = set(
        map(tuple, pd.concat(parts)[["household_id", "campaign_id"]].itertuples(index=False))
    )
    out = campaigns[["household_id", "campaign_id"]].copy()
    out["y"] = [int(pair in hits) for pair in out.itertuples(index=False, name=None)]
    return out


def build_labels__wrong_outer_once_more(campaigns, desc, redemptions):
    """An outer merge, cut back to the rows of campaigns: it sorts by key, so the order of campaigns is lost."""
    keys = ["household_id", "campaign_id"]
    hits = _in_time(desc, redemptions)[keys].drop_duplicates()
    out = campaigns[keys].merge(hits, on=keys, how="outer", indicator="how")
    out = out[out["how"] != "right_only"]
    out["y"] = out["how"].eq("both").astype(int)
    return out[[*keys, "y"]].reset_index(drop=True)


def build_labels__wrong_last_coupon_date(campaigns, desc, redemptions):
    """Keeps only the last date of each pair: a coupon in time and another one too late -> 0."""
    keys = ["household_id", "campaign_id"]
    last = redemptions.groupby(keys, as_index=False)["redemption_date"].max()
    out = campaigns[keys].merge(_in_time(desc, last)[keys], on=keys, how="left", indicator="how")
    out["y"] = out.pop("how").eq("both").astype(int)
    return out


_FEATURES = ["baskets", "sales", "coupons", "recency"]


def asof_features__right_loop_once_more(tx, targets, lookback):
    """One target row at a time, fsum and a set."""
    lines = list(
        zip(tx["household_id"], tx["basket_id"], tx["day"], tx["sales_value"], tx["coupon_disc"])
    )
    by = defaultdict(list)
    for line in lines:
        by[line[0]].append(line)
    rows = []
    for h, start in zip(targets["household_id"], targets["start_date"]):
        mine = [(b, (start - d).days, s, c) for _, b, d, s, c in by[h]]
        mine = [line for line in mine if 1 <= line[1] <= lookback]
        rows.append(
            (
                len({b for b, *_ in mine}),
                math.fsum(s for _, _, s, _ in mine),
                sum(c > 0 for *_, c in mine),
                min((a for _, a, *_ in mine), default=lookback),
            )
        )
    return pd.DataFrame(rows, columns=_FEATURES, index=targets.index)


def asof_features__right_numbered(tx, targets, lookback):
    """Number the rows, join, group, reindex."""
    rows = pd.DataFrame(
        {
            "household_id": targets["household_id"].to_numpy(),
            "start": targets["start_date"].to_numpy(),
            "row": np.arange(len(targets)),
        }
    )
    joined = rows.merge(tx, on="household_id")
    joined["age"] = (joined["start"] - joined["day"]).dt.days
    joined = joined[joined["age"].between(1, lookback)]
    joined["used"] = joined["coupon_disc"].gt(0).astype(int)
    out = joined.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    out = out.reindex(range(len(rows)))
    out = out.fillna({"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback})
    return out.set_axis(targets.index)


def asof_features__right_matrix(tx, targets, lookback):
    """A boolean matrix of targets by lines, everything by NumPy."""
    n = len(targets)
    household, inverse = np.unique(
        np.concatenate([targets["household_id"].to_numpy(), tx["household_id"].to_numpy()]),
        return_inverse=True,
    )
    age = (
        targets["start_date"].to_numpy()[:, None].astype("datetime64[ns]")
        - tx["day"].to_numpy()[None, :].astype("datetime64[ns]")
    ) // np.timedelta64(1, "D")
    inside = (inverse[:n, None] == inverse[None, n:]) & (age >= 1) & (age <= lookback)
    basket = pd.factorize(tx["basket_id"])[0]
    count = np.array([len(np.unique(basket[row])) for row in inside], dtype=float)
    sales = np.array([tx["sales_value"].to_numpy(dtype=float)[row].sum() for row in inside])
    coupons = inside.astype(int) @ (tx["coupon_disc"].to_numpy() > 0).astype(int)
    recency = np.where(inside, age, lookback).min(axis=1, initial=lookback)
    return pd.DataFrame(
        dict(zip(_FEATURES, (count, sales.reshape(n), coupons, recency))), index=targets.index
    )


def asof_features__wrong_extra_column(tx, targets, lookback):
    """Merges targets with all its columns: an extra column "day" (to be ignored) collides with that of tx."""
    joined = (
        targets.reset_index(drop=True)
        .assign(row=np.arange(len(targets)))
        .merge(tx, on="household_id")
    )
    joined["age"] = (joined["start_date"] - joined["day"]).dt.days
    joined = joined[joined["age"].between(1, lookback)].assign(used=lambda d: d["coupon_disc"] > 0)
    out = joined.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    out = out.reindex(range(len(targets))).fillna(dict(zip(_FEATURES, (0, 0, 0, lookback))))
    return out.set_axis(targets.index)


def _joined(tx, targets, lookback):
    rows = targets[["household_id", "start_date"]].reset_index(drop=True)
    joined = rows.assign(row=np.arange(len(rows))).merge(tx, on="household_id")
    joined["age"] = (joined["start_date"] - joined["day"]).dt.days
    return joined[joined["age"].between(1, lookback)].assign(
        used=lambda d: (d["coupon_disc"] > 0) * 1
    )


def _filled(out, targets, lookback):
    out = out.reindex(range(len(targets))).fillna(dict(zip(_FEATURES, (0, 0, 0, lookback))))
    return out[_FEATURES].set_axis(targets.index)


def asof_features__wrong_last_line_once_more(tx, targets, lookback):
    """Recency is that of the last line in row order: wrong where tx is not sorted by day."""
    by = _joined(tx, targets, lookback).groupby("row")
    out = pd.DataFrame(
        {
            "baskets": by["basket_id"].nunique(),
            "sales": by["sales_value"].sum(),
            "coupons": by["used"].sum(),
            "recency": by["age"].last(),
        }
    )
    return _filled(out, targets, lookback)


def asof_features__wrong_free_basket(tx, targets, lookback):
    """Takes sales of 0 for "bought nothing": one line of 0.00 USD five days ago gets recency = lookback."""
    out = asof_features__right_numbered(tx, targets, lookback)
    nothing = (out["sales"] == 0).to_numpy()
    recency = np.where(nothing, lookback, out["recency"].to_numpy())
    return out.assign(recency=recency)


def asof_features__wrong_adjacent(tx, targets, lookback):
    """Counts changes of basket_id: lines of baskets 1, 2, 1 (interleaved) are three baskets."""
    joined = _joined(tx, targets, lookback)
    joined["new"] = joined["basket_id"] != joined.groupby("row")["basket_id"].shift()
    by = joined.groupby("row")
    out = pd.DataFrame(
        {
            "baskets": by["new"].sum(),
            "sales": by["sales_value"].sum(),
            "coupons": by["used"].sum(),
            "recency": by["age"].min(),
        }
    )
    return _filled(out, targets, lookback)


def asof_features__wrong_days(tx, targets, lookback):
    """Counts days with a purchase: two baskets on one day are one."""
    by = _joined(tx, targets, lookback).groupby("row")
    out = pd.DataFrame(
        {
            "baskets": by["day"].nunique(),
            "sales": by["sales_value"].sum(),
            "coupons": by["used"].sum(),
            "recency": by["age"].min(),
        }
    )
    return _filled(out, targets, lookback)


def asof_features__wrong_keys_not_rows(tx, targets, lookback):
    """Groups by household and start after a join with all rows: the same start twice doubles sales and coupons."""
    keys = ["household_id", "start_date"]
    by = _joined(tx, targets, lookback).groupby(keys)
    out = pd.DataFrame(
        {
            "baskets": by["basket_id"].nunique(),
            "sales": by["sales_value"].sum(),
            "coupons": by["used"].sum(),
            "recency": by["age"].min(),
        }
    )
    out = targets[keys].reset_index(drop=True).merge(out.reset_index(), on=keys, how="left")
    return _filled(out[_FEATURES], targets, lookback)


def asof_features__wrong_one_window_per_household(tx, targets, lookback):
    """Cuts tx once, to the widest window of the household: with starts 8 May and 8 June the first sees May."""
    span = targets.groupby("household_id")["start_date"].agg(["min", "max"])
    cut = tx.merge(span, left_on="household_id", right_index=True)
    day = pd.Timedelta(days=1)
    cut = cut[(cut["day"] >= cut["min"] - lookback * day) & (cut["day"] < cut["max"])]
    rows = targets[["household_id", "start_date"]].reset_index(drop=True)
    joined = rows.assign(row=np.arange(len(rows))).merge(cut, on="household_id")
    joined["age"] = (joined["start_date"] - joined["day"]).dt.days
    joined = joined[joined["age"] <= lookback]
    joined["used"] = (joined["coupon_disc"] > 0) * 1
    by = joined.groupby("row")
    out = pd.DataFrame(
        {
            "baskets": by["basket_id"].nunique(),
            "sales": by["sales_value"].sum(),
            "coupons": by["used"].sum(),
            "recency": by["age"].min(),
        }
    )
    return _filled(out, targets, lookback)


def asof_features__wrong_by_label(tx, targets, lookback):
    """Groups by the label of targets: two rows with label 7 get the sums of both."""
    rows = targets[["household_id", "start_date"]].rename_axis("row").reset_index()
    joined = rows.merge(tx, on="household_id")
    joined["age"] = (joined["start_date"] - joined["day"]).dt.days
    joined = joined[joined["age"].between(1, lookback)].assign(
        used=lambda d: (d["coupon_disc"] > 0) * 1
    )
    by = joined.groupby("row")
    out = pd.DataFrame(
        {
            "baskets": by["basket_id"].nunique(),
            "sales": by["sales_value"].sum(),
            "coupons": by["used"].sum(),
            "recency": by["age"].min(),
        }
    )
    return out.reindex(targets.index).fillna(dict(zip(_FEATURES, (0, 0, 0, lookback))))


def asof_features__wrong_small_ints(tx, targets, lookback):
    """Keeps ages as int8 to save memory: a purchase 263 days before the start looks 7 days old."""
    rows = targets[["household_id", "start_date"]].reset_index(drop=True)
    joined = rows.assign(row=np.arange(len(rows))).merge(tx, on="household_id")
    joined["age"] = (
        (joined["start_date"] - joined["day"]).dt.days.astype("int16").to_numpy().astype("int8")
    )
    joined = joined[joined["age"].between(1, lookback)].assign(
        used=lambda d: (d["coupon_disc"] > 0) * 1
    )
    by = joined.groupby("row")
    out = pd.DataFrame(
        {
            "baskets": by["basket_id"].nunique(),
            "sales": by["sales_value"].sum(),
            "coupons": by["used"].sum(),
            "recency": by["age"].min(),
        }
    )
    return _filled(out, targets, lookback)


def asof_features__wrong_net_coupons(tx, targets, lookback):
    """Sums each basket first and then counts baskets with a coupon: two coupon lines in one basket are one."""
    tx = tx.groupby(["household_id", "basket_id", "day"], as_index=False)[
        ["sales_value", "coupon_disc"]
    ].sum()
    return asof_features__right_numbered(tx, targets, lookback)


def _asof_data(lines, targets, index=None):
    base = pd.Timestamp("2017-06-01")
    day = pd.Timedelta(days=1)
    tx = pd.DataFrame(
        lines, columns=["household_id", "basket_id", "day", "sales_value", "coupon_disc"]
    )
    tx["day"] = base + pd.to_timedelta(tx["day"], unit="D")
    tx = tx.astype({"sales_value": float, "coupon_disc": float})
    rows = pd.DataFrame(targets, columns=["household_id", "start_date"])
    rows["start_date"] = [base + int(s) * day for s in rows["start_date"]]
    if index is not None:
        rows.index = index
    return tx, rows


_LINES = [
    (1, 10, -1, 2.0, 0.5),
    (1, 10, -1, 2.0, 0.5),
    (1, 11, -10, 4.0, 0.0),
    (1, 12, -11, 8.0, 1.0),
    (1, 13, 0, 16.0, 1.0),
    (1, 14, 5, 32.0, 1.0),
    (2, 20, -40, 64.0, 1.0),
    (3, 30, -4, 1.0, 0.0),
    (3, 31, -4, 3.0, 2.0),
    (3, 30, -4, 5.0, 3.0),
    (1, 15, -3, 0.25, 0.0),
]


_ROWS = [(3, 0), (1, 6), (2, 0), (1, 0), (1, 0), (9, 0)]


_WANT = [
    (2, 9, 2, 4),
    (4, 52.25, 4, 1),
    (0, 0, 0, 10),
    (3, 8.25, 2, 1),
    (3, 8.25, 2, 1),
    (0, 0, 0, 10),
]


def _same_table(got, want, index):
    return (
        isinstance(got, pd.DataFrame)
        and list(got.index) == list(index)
        and set(got.columns) == set(_FEATURES)
        and np.allclose(
            got[_FEATURES].to_numpy(dtype=float), np.array(want, dtype=float).reshape(-1, 4)
        )
    )


def kill_asof__right_by_hand_once_more(fn):
    """One table worked out by hand, odd labels."""
    tx, targets = _asof_data(_LINES, _ROWS, [7, 3, 3, 9, 0, 1])
    return bool(_same_table(fn(tx, targets, 10), _WANT, [7, 3, 3, 9, 0, 1]))


def kill_asof__right_random_once_more(fn):
    """Random shops against a slow oracle of its own."""
    rng = np.random.default_rng(0)
    for _ in range(25):
        n = int(rng.integers(1, 25))
        baskets = rng.integers(0, 9, n)
        day = (baskets * 7919) % 23 - 15
        lines = [
            (int(b) % 3, int(b), int(d), float(s) / 4, float(c) / 4)
            for b, d, s, c in zip(baskets, day, rng.integers(0, 9, n), rng.integers(0, 3, n))
        ]
        lines.append(lines[0])
        rows = [(int(rng.integers(0, 4)), int(rng.integers(-5, 9))) for _ in range(5)]
        rows.append(rows[0])
        label = list(rng.integers(0, 5, 6))
        tx, targets = _asof_data(lines, rows, label)
        lookback = int(rng.integers(1, 14))
        want = asof_features__right_loop_once_more(tx, targets, lookback)[_FEATURES].to_numpy()
        if not _same_table(fn(tx.copy(), targets.copy(), lookback), want, label):
            return False
    return True


def kill_asof__right_decode(fn):
    """Powers of two tell from the sum exactly which lines were read; rows are compared as sets of columns."""
    lines = [(1, k // 2, -((k // 2) + 0), 2.0**k, float(k % 3)) for k in range(0, 16)] + [
        (1, 3, -3, 64.0, 0.0)
    ]
    lines += [(2, 99, -30, 1.0, 1.0), (1, 50, -4, 2.0**20, 1.0)]
    rows = [(1, -2), (2, 1), (1, 3), (1, 0), (1, 1), (1, 0), (5, 0)]
    tx, targets = _asof_data(lines, rows, list("abcabca"))
    for lookback in (1, 3, 5):
        got = fn(tx, targets, lookback)
        if list(got.index) != list("abcabca") or sorted(got.columns) != sorted(_FEATURES):
            return False
        for place, (h, start) in enumerate(rows):
            mine = [x for x in lines if x[0] == h and start - lookback <= x[2] < start]
            want = {
                "baskets": len({x[1] for x in mine}),
                "sales": sum(x[3] for x in mine),
                "coupons": len([x for x in mine if x[4] > 0]),
                "recency": start - max(x[2] for x in mine) if mine else lookback,
            }
            if any(abs(float(got[c].iloc[place]) - want[c]) > 1e-6 for c in want):
                return False
    return True


def kill_asof__wrong_column_order_once_more(fn):
    """Compares to_numpy(): refuses a right implementation with its columns in another order."""
    tx, targets = _asof_data(_LINES, _ROWS, [7, 3, 3, 9, 0, 1])
    got = fn(tx, targets, 10)
    return bool(
        list(got.index) == [7, 3, 3, 9, 0, 1]
        and np.allclose(got.to_numpy(dtype=float), np.array(_WANT))
    )


def kill_asof__wrong_dtypes(fn):
    """assert_frame_equal with its default check of types: refuses floats where the author has whole numbers."""
    tx, targets = _asof_data(_LINES, _ROWS, [7, 3, 3, 9, 0, 1])
    want = pd.DataFrame(_WANT, columns=_FEATURES, index=targets.index)
    try:
        pd.testing.assert_frame_equal(fn(tx, targets, 10)[_FEATURES], want)
    except AssertionError:
        return False
    return True


def kill_asof__wrong_exact_floats(fn):
    """Wants ten lines of 0.1 to give exactly 1.0: refuses a plain sum (0.9999999999999999)."""
    lines = [(1, k, -1, 0.1, 0.0) for k in range(10)]
    tx, targets = _asof_data(lines, [(1, 0)])
    if not kill_asof__right_by_hand_once_more(fn):
        return False
    return bool(fn(tx, targets, 5)["sales"].iloc[0] == 1.0)


def kill_asof__wrong_plain_index(fn):
    """Reads the result by position labels 0..n-1 after sorting by household: does not see that rows are out of order, dropped labels or shared starts."""
    tx, targets = _asof_data(_LINES, sorted(set(_ROWS)))
    got = fn(tx, targets, 10)
    got = got[got["baskets"] > 0].sort_values(["sales"])
    return bool(np.allclose(got["sales"].to_numpy(dtype=float), [8.25, 9, 52.25]))


def kill_asof__wrong_inner_days_only(fn):
    """No line lies on a border of the window: an inclusive start, a short or a long window all pass."""
    lines = [x for x in _LINES if x[2] in (-4, -40)]
    tx, targets = _asof_data(lines, [(3, 0), (2, 0), (9, 0)])
    return bool(
        _same_table(fn(tx, targets, 10), [(2, 9, 2, 4), (0, 0, 0, 10), (0, 0, 0, 10)], [0, 1, 2])
    )


def kill_asof__wrong_shared_frames(fn):
    """Requires the index to be the very same object, which a right implementation need not return."""
    tx, targets = _asof_data(_LINES, _ROWS, [7, 3, 3, 9, 0, 1])
    got = fn(tx, targets, 10)
    return bool(_same_table(got, _WANT, [7, 3, 3, 9, 0, 1]) and got.index is targets.index)


def kill_asof__wrong_one_household(fn):
    """One household, one start, three baskets of one line: two starts, equal lines, silent households and labels are not tested."""
    lines = [
        (1, 10, -1, 2.0, 0.5),
        (1, 11, -10, 4.0, 0.0),
        (1, 12, -11, 8.0, 1.0),
        (1, 13, 0, 16.0, 1.0),
    ]
    tx, targets = _asof_data(lines, [(1, 0)])
    return bool(_same_table(fn(tx, targets, 10), [(2, 6, 1, 1)], [0]))


def kill_asof__wrong_basket_reused(fn):
    """The data are not valid: basket 10 has two days, so right ones that sum up each basket first are refused."""
    lines = [*_LINES, (1, 10, -12, 1.0, 0.0)]
    tx, targets = _asof_data(lines, _ROWS, [7, 3, 3, 9, 0, 1])
    return bool(_same_table(fn(tx, targets, 10), _WANT, [7, 3, 3, 9, 0, 1]))


def logistic_loss_grad__right_logaddexp_once_again(w, b, X, y, l2):
    """logaddexp and expit."""
    w, X, y = np.asarray(w, float), np.asarray(X, float), np.asarray(y, float)
    z = X @ w + b
    r = expit(z) - y
    loss = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)
    return float(loss), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__right_scalar(w, b, X, y, l2):
    """Row by row with math.fsum, a stable branch for each sign."""
    n, losses, parts, shift = len(y), [], [], []
    for row, label in zip(X.tolist(), y.tolist()):
        z = math.fsum([float(c) * float(x) for c, x in zip(w, row)] + [b])
        tail = math.exp(-abs(z))
        p = 1 / (1 + tail) if z >= 0 else tail / (1 + tail)
        wrong_way = -z if label else z
        losses.append(math.log1p(tail) + max(wrong_way, 0.0))
        shift.append(p - label)
        parts.append([(p - label) * x for x in row])
    grad = [math.fsum(col) / n + l2 * float(c) for col, c in zip(zip(*parts), w)]
    penalty = l2 / 2 * math.fsum(float(c) ** 2 for c in w)
    return math.fsum(losses) / n + penalty, np.array(grad), math.fsum(shift) / n


def logistic_loss_grad__right_homogeneous(w, b, X, y, l2):
    """A column of ones, log_expit of the signed margin, an einsum."""
    A = np.column_stack([X, np.ones(len(y))]).astype(float)
    theta = np.append(np.asarray(w, float), b)
    keep = np.append(np.full(len(theta) - 1, float(l2)), 0.0)
    sign = np.where(np.asarray(y) == 1, 1.0, -1.0)
    m = sign * (A @ theta)
    loss = -log_expit(m).mean() + 0.5 * np.einsum("i,i,i", keep, theta, theta)
    grad = A.T @ (-sign * expit(-m)) / len(m) + keep * theta
    return float(loss), grad[:-1], float(grad[-1])


def logistic_loss_grad__wrong_nan_gradient(w, b, X, y, l2):
    """Stable loss, but p = exp(z) / (1 + exp(z)): the gradient is NaN at z = 1000."""
    z = X @ w + b
    with np.errstate(all="ignore"):
        p = np.exp(z) / (1 + np.exp(z))
    r = p - y
    return (
        float(np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * w @ w),
        X.T @ r / len(y) + l2 * w,
        float(r.mean()),
    )


def logistic_loss_grad__wrong_zeros_like(w, b, X, y, l2):
    """grad_w = zeros_like(w): for w = np.array([1]) of integers the gradient is cut to whole numbers."""
    z = X @ w + b
    r = expit(z) - y
    grad = np.zeros_like(w)
    for j in range(len(w)):
        grad[j] = (r * X[:, j]).mean() + l2 * w[j]
    return float(np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * w @ w), grad, float(r.mean())


def logistic_loss_grad__wrong_clipped_z_once_more(w, b, X, y, l2):
    """z is clipped to +-500: at z = -20000 and y = 1 the loss is 500."""
    z = np.clip(X @ w + b, -500, 500)
    r = 1 / (1 + np.exp(-z)) - y
    return (
        float(np.mean(np.log1p(np.exp(z)) - y * z) + l2 / 2 * w @ w),
        X.T @ r / len(y) + l2 * w,
        float(r.mean()),
    )


def logistic_loss_grad__wrong_eps(w, b, X, y, l2):
    """Logs of p kept off 0 and 1 by machine epsilon: at z = -100 and y = 1 the loss is 36."""
    eps = np.finfo(float).eps
    p = expit(X @ w + b)
    q = np.clip(p, eps, 1 - eps)
    loss = -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))
    return float(loss + l2 / 2 * w @ w), X.T @ (p - y) / len(y) + l2 * w, float((p - y).mean())


def logistic_loss_grad__wrong_slice(w, b, X, y, l2):
    """Intercept put first, but the penalty leaves out the last parameter: b is penalised, w[-1] is not."""
    A = np.column_stack([np.ones(len(y)), X])
    theta = np.r_[b, w]
    pen = theta.copy()
    pen[-1] = 0
    z = A @ theta
    grad = A.T @ (expit(z) - y) / len(y) + l2 * pen
    return float(np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * pen @ pen), grad[1:], float(grad[0])


def logistic_loss_grad__wrong_norm(w, b, X, y, l2):
    """The loss has the norm, not its square (the gradient is right): w = [2], l2 = 1."""
    z = X @ w + b
    r = expit(z) - y
    loss = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * np.linalg.norm(w)
    return float(loss), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__wrong_squeezed(w, b, X, y, l2):
    """z is squeezed to a vector by X.T.squeeze(): one customer with two features gets two different z."""
    z = np.squeeze(X @ np.diag(w)) + b if len(X) == 1 else X @ w + b
    r = expit(z) - y
    grad = (np.atleast_2d(r).T * X).mean(axis=0) if len(X) > 1 else r * X[0]
    return (
        float(np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * w @ w),
        grad + l2 * w,
        float(r.mean()),
    )


def logistic_loss_grad__wrong_penalty_over_n_once_more(w, b, X, y, l2):
    """As in scikit-learn the penalty is divided by n in loss and gradient: w = [1], n = 2, l2 = 1."""
    z = X @ w + b
    r = expit(z) - y
    n = len(y)
    loss = (np.sum(np.logaddexp(0, z) - y * z) + l2 / 2 * w @ w) / n
    return float(loss), (X.T @ r + l2 * w) / n, float(r.mean())


def logistic_loss_grad__wrong_half_precision(w, b, X, y, l2):
    """z is computed in float16 to save memory: infinite beyond 65504, coarse before."""
    z = (X.astype(np.float16) @ np.asarray(w, np.float16) + np.float16(b)).astype(float)
    r = expit(z) - y
    return (
        float(np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * w @ w),
        X.T @ r / len(y) + l2 * w,
        float(r.mean()),
    )


def _table(parts, y, p):
    rows = [(len(part), p[part].mean(), y[part].mean()) for part in parts]
    table = pd.DataFrame(rows, columns=["n", "predicted", "observed"])
    ece = (table["n"] * (table["predicted"] - table["observed"]).abs()).sum() / len(p)
    return table, float(ece)


def calibration_table__right_array_split_once_again(y, p, bins):
    """Stable argsort and array_split."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    return _table(np.array_split(order, min(bins, len(p))), y, p)


def calibration_table__right_fractions_once_more(y, p, bins):
    """Exact fractions, sorted() on numbers, slices by divmod."""
    y, p = [Fraction(float(v)) for v in y], [Fraction(float(v)) for v in p]
    order = sorted(range(len(p)), key=p.__getitem__)
    k = min(bins, len(p))
    size, more = divmod(len(p), k)
    at, rows, ece = 0, [], Fraction(0)
    for b in range(k):
        part = order[at : at + size + (b < more)]
        at += len(part)
        gap = sum(p[i] for i in part) - sum(y[i] for i in part)
        ece += abs(gap)
        rows.append(
            (
                len(part),
                float(sum(p[i] for i in part) / len(part)),
                float(sum(y[i] for i in part) / len(part)),
            )
        )
    return pd.DataFrame(rows, columns=["n", "predicted", "observed"]), float(ece / len(p))


def calibration_table__right_groupby_once_again(y, p, bins):
    """Bin numbers by np.repeat, then a groupby."""
    df = pd.DataFrame({"p": np.array(p, dtype=float), "y": np.array(y, dtype=float)})
    df = df.sort_values("p", kind="mergesort")
    k = min(bins, len(df))
    sizes = np.full(k, len(df) // k) + (np.arange(k) < len(df) % k)
    by = df.groupby(np.repeat(np.arange(k), sizes))
    table = by.agg(n=("p", "size"), predicted=("p", "mean"), observed=("y", "mean"))
    gap = (table["predicted"] - table["observed"]).abs()
    return table, float(np.average(gap, weights=table["n"]))


def calibration_table__wrong_default_sort(y, p, bins):
    """argsort with its default kind: with more than 16 customers equal p do not stay in their order."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    return _table(np.array_split(np.argsort(p), min(bins, len(p))), y, p)


def calibration_table__wrong_reversed_ties_once_more(y, p, bins):
    """Sorts stably by -p and reverses: equal ones come in reverse order, [0, 1, 1] at p = 0.5 in 2 bins."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    return _table(np.array_split(np.argsort(-p, kind="stable")[::-1], min(bins, len(p))), y, p)


def calibration_table__wrong_sorted_pairs(y, p, bins):
    """sorted(zip(p, y)): of equal p those who did not redeem come first, y = [1, 0] at p = 0.5 in 2 bins."""
    pairs = np.array(sorted(zip(p, y)), dtype=float)
    return _table(
        np.array_split(np.arange(len(pairs)), min(bins, len(pairs))), pairs[:, 1], pairs[:, 0]
    )


def calibration_table__wrong_signs_cancel(y, p, bins):
    """The absolute value is taken after the sum: y = [1, 0], p = [0.4, 0.6] in 2 bins gives 0."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    table, _ = _table(np.array_split(np.argsort(p, kind="stable"), min(bins, len(p))), y, p)
    return table, float(abs(((table["predicted"] - table["observed"]) * table["n"] / len(p)).sum()))


def calibration_table__wrong_ceil_sizes(y, p, bins):
    """Every bin but the last has ceil(n / bins): 10 customers in 4 bins are 3, 3, 3, 1 instead of 3, 3, 2, 2."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order, size = np.argsort(p, kind="stable"), math.ceil(len(p) / bins)
    return _table([order[i : i + size] for i in range(0, len(p), size)], y, p)


def calibration_table__wrong_linspace_cuts(y, p, bins):
    """Cuts at rounded up multiples of n / bins: 5 in 3 bins are 2, 2, 1, but 7 in 5 are 2, 1, 2, 1, 1."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    k = min(bins, len(p))
    cuts = [-(-len(p) * b // k) for b in range(k + 1)]
    order = np.argsort(p, kind="stable")
    return _table([order[a:b] for a, b in zip(cuts, cuts[1:])], y, p)


def calibration_table__wrong_aligned(y, p, bins):
    """pd.DataFrame({"y": y, "p": p}) pairs two Series by label, not by row."""
    df = pd.DataFrame({"y": y, "p": p}).sort_values("p", kind="stable").dropna()
    y, p = df["y"].to_numpy(float), df["p"].to_numpy(float)
    return _table(np.array_split(np.arange(len(p)), min(bins, len(p))), y, p)


def calibration_table__wrong_rounded_key(y, p, bins):
    """Sorts by p rounded to three decimals: 0.1004 stays before 0.1001, though it is higher."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    return _table(np.array_split(np.argsort(p.round(3), kind="stable"), min(bins, len(p))), y, p)


def calibration_table__wrong_whole_groups(y, p, bins):
    """Bins by the rank of p with method="min": equal predictions are never cut, p = [0.2, 0.2] in 2 bins is one bin."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    where = np.empty(len(p), dtype=int)
    for b, part in enumerate(np.array_split(order, min(bins, len(p)))):
        where[part] = b
    where = pd.Series(where).groupby(p).transform("min").to_numpy()
    return _table([order[where[order] == b] for b in np.unique(where)], y, p)


def calibration_table__wrong_bins_kept(y, p, bins):
    """array_split into `bins` parts also where there are fewer customers: NaN rows for the empty bins."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    rows = []
    for part in np.array_split(np.argsort(p, kind="stable"), bins):
        rows.append(
            (
                len(part),
                p[part].mean() if len(part) else np.nan,
                y[part].mean() if len(part) else np.nan,
            )
        )
    table = pd.DataFrame(rows, columns=["n", "predicted", "observed"])
    return table, float(
        (table["n"] / len(p) * (table["predicted"] - table["observed"]).abs()).sum()
    )


def ece_floor__right_calls(p, u, bins):
    """calls calibration_table for each simulation."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = [
        calibration_table__right_array_split_once_again((row < p).astype(int), p, bins)[1]
        for row in u
    ]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__right_reduceat_once_more(p, u, bins):
    """All simulations at once by add.reduceat."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    order, k = np.argsort(p, kind="stable"), min(bins, len(p))
    sizes = np.full(k, len(p) // k) + (np.arange(k) < len(p) % k)
    cuts = np.cumsum(sizes) - sizes
    gaps = np.add.reduceat((p - (u < p))[:, order], cuts, axis=1)
    errors = np.abs(gaps).sum(axis=1) / len(p)
    return float(errors.mean()), float(np.percentile(errors, 95))


def ece_floor__right_pure_once_more(p, u, bins):
    """No array at all: fsum, sorted, and the quantile by hand."""
    p = [float(v) for v in np.asarray(p)]
    rows = np.asarray(u).tolist()
    order, n = sorted(range(len(p)), key=lambda i: (p[i], i)), len(p)
    k = min(bins, n)
    errors = []
    for row in rows:
        at, total = 0, []
        for b in range(k):
            size = n // k + (1 if b < n % k else 0)
            part, at = order[at : at + size], at + size
            total.append(abs(math.fsum(p[i] - (row[i] < p[i]) for i in part)))
        errors.append(math.fsum(total) / n)
    errors.sort()
    at = 0.95 * (len(errors) - 1)
    low = int(at)
    high = min(low + 1, len(errors) - 1)
    return math.fsum(errors) / len(errors), errors[low] + (at - low) * (errors[high] - errors[low])


def ece_floor__wrong_u_unsorted(p, u, bins):
    """Sorts p once, but not the columns of u: customer i gets the draw of another, p = [0.6, 0.2]."""
    p, u = np.sort(np.asarray(p, float)), np.asarray(u, float)
    errors = [
        calibration_table__right_array_split_once_again((row < p).astype(int), p, bins)[1]
        for row in u
    ]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_plain_mean_of_bins_once_more(p, u, bins):
    """The mean over bins without their sizes: 3 customers in 2 bins."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = []
    for row in u:
        table, _ = calibration_table__right_array_split_once_again((row < p).astype(int), p, bins)
        errors.append((table["predicted"] - table["observed"]).abs().mean())
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_linspace(p, u, bins):
    """Cuts by linspace(...).astype(int): the larger bins come last, 3 customers in 2 bins are 1 and 2."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    order, k = np.argsort(p, kind="stable"), min(bins, len(p))
    cuts = np.linspace(0, len(p), k + 1).astype(int)[:-1]
    errors = np.abs(np.add.reduceat((p - (u < p))[:, order], cuts, axis=1)).sum(axis=1) / len(p)
    return float(errors.mean()), float(np.quantile(errors, 0.95))


def ece_floor__wrong_trimmed(p, u, bins):
    """Reshapes to (bins, n // bins) and drops the highest customers that are left over: 3 in 2 bins."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    order, k = np.argsort(p, kind="stable"), min(bins, len(p))
    keep = order[: len(p) // k * k]
    gap = (p - (u < p))[:, keep].reshape(len(u), k, -1)
    errors = np.abs(gap.mean(axis=2)).mean(axis=1)
    return float(errors.mean()), float(np.quantile(errors, 0.95))


def ece_floor__wrong_qcut(p, u, bins):
    """Bins by pd.qcut with duplicates dropped: p = [0.3, 0.3, 0.3] in 3 bins is one bin."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    codes = pd.qcut(p, min(bins, len(p)), labels=False, duplicates="drop")
    codes = np.nan_to_num(codes).astype(int)
    errors = [pd.Series(p - (row < p)).groupby(codes).sum().abs().sum() / len(p) for row in u]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_single_precision_once_more(p, u, bins):
    """Compares in float32: u = 0.1 and p = 0.1 + 1e-10 are equal there, so nobody redeems."""
    p32, u32 = np.asarray(p, np.float32), np.asarray(u, np.float32)
    p = np.asarray(p, float)
    errors = [
        calibration_table__right_array_split_once_again((row < p32).astype(int), p, bins)[1]
        for row in u32
    ]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_squeezed(p, u, bins):
    """u is squeezed: with one simulation each number is taken for a simulation, u = [[0.1, 0.9]]."""
    p, u = np.asarray(p, float), np.squeeze(np.asarray(u, float))
    errors = [
        calibration_table__right_array_split_once_again((row < p).astype(int), p, bins)[1]
        for row in u
    ]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_label_lookup(p, u, bins):
    """p[order] on a Series looks up labels: index [1, 0] swaps the customers."""
    u = np.asarray(u, float)
    p = p if isinstance(p, pd.Series) else pd.Series(p)
    order = np.argsort(np.asarray(p), kind="stable")
    sorted_p = np.array([p[i] for i in order], dtype=float)
    errors = [
        calibration_table__right_array_split_once_again(row[order] < sorted_p, sorted_p, bins)[1]
        for row in u
    ]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_shared_bins(p, u, bins):
    """Bins are cut in the order of the rows, not of p: right only for sorted p, wrong for [0.9, 0.1, 0.8, 0.2] in 2 bins."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    parts = np.array_split(np.arange(len(p)), min(bins, len(p)))
    errors = [sum(abs((p[i] - (row[i] < p[i])).sum()) for i in parts) / len(p) for row in u]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def _odds(p, eps=1e-6):
    return logit(np.clip(np.asarray(p, float), eps, 1 - eps))


def _fit(x, y, start=(0.0, 0.0), steps=200):
    """Newton with step halving on the plain likelihood."""
    A = np.column_stack([np.ones(len(x)), x])
    w = np.array(start)
    loss = lambda w: np.sum(np.logaddexp(0, A @ w) - y * (A @ w))  # noqa: E731
    for _ in range(steps):
        p = expit(A @ w)
        grad = A.T @ (p - y)
        H = (A * (p * (1 - p))[:, None]).T @ A
        step = np.linalg.lstsq(H, grad, rcond=None)[0]
        size = 1.0
        while loss(w - size * step) > loss(w) + 1e-15 and size > 1e-12:
            size /= 2
        w = w - size * step
        if np.abs(size * step).max() < 1e-12:
            break
    return w


def recalibrate__right_newton_once_again(p_old, y_old, p_new):
    """Newton's method with step halving."""
    w = _fit(_odds(p_old), np.asarray(y_old, float))
    return expit(w[0] + w[1] * _odds(p_new))


def recalibrate__right_sklearn_once_again(p_old, y_old, p_new):
    """scikit-learn, a huge C and a small tolerance on standardised log odds."""
    x, new = _odds(p_old), _odds(p_new)
    mean, sd = x.mean(), x.std()
    model = LogisticRegression(C=1e10, tol=1e-10, max_iter=10_000)
    model.fit(((x - mean) / sd)[:, None], np.asarray(y_old).astype(int))
    return expit(model.intercept_[0] + model.coef_[0, 0] * (new - mean) / sd)


def recalibrate__right_bfgs(p_old, y_old, p_new):
    """scipy.optimize on the loss with its gradient, started at the identity."""
    x, y = _odds(p_old), np.asarray(y_old, float)
    scale = max(1.0, np.abs(x).max())

    def loss(w):
        z = w[0] + w[1] * x / scale
        r = expit(z) - y
        return np.mean(np.logaddexp(0, z) - y * z), np.array([r.mean(), (r * x / scale).mean()])

    w = minimize(
        loss, [0.0, scale], jac=True, method="BFGS", options={"gtol": 1e-10, "maxiter": 5000}
    ).x
    return expit(w[0] + w[1] * _odds(p_new) / scale)


def recalibrate__wrong_feature_p(p_old, y_old, p_new):
    """The feature is p itself, not its log odds: equal with two values of p_old, wrong with three."""
    w = _fit(np.asarray(p_old, float), np.asarray(y_old, float))
    return expit(w[0] + w[1] * np.asarray(p_new, float))


def recalibrate__wrong_isotonic_once_more(p_old, y_old, p_new):
    """Isotonic regression: meets two rates exactly as well, but a new promise of 0.6 gets no curve in the log odds."""
    model = IsotonicRegression(out_of_bounds="clip").fit(
        np.asarray(p_old, float), np.asarray(y_old, float)
    )
    return model.predict(np.asarray(p_new, float))


def recalibrate__wrong_least_squares(p_old, y_old, p_new):
    """A line by weighted least squares through the log odds of the observed rates: exact for two values, wrong for three."""
    x, y = _odds(p_old), np.asarray(y_old, float)
    levels, inverse = np.unique(x, return_inverse=True)
    n = np.bincount(inverse)
    rate = np.bincount(inverse, y) / n
    slope, intercept = np.polyfit(levels, _odds(rate), 1, w=np.sqrt(n))
    return expit(intercept + slope * _odds(p_new))


def recalibrate__wrong_linear_probability(p_old, y_old, p_new):
    """Least squares of y on the log odds, clipped: meets two rates, but is a straight line between and beyond them."""
    slope, intercept = np.polyfit(_odds(p_old), np.asarray(y_old, float), 1)
    return np.clip(intercept + slope * _odds(p_new), 0, 1)


def recalibrate__wrong_probit_once_more(p_old, y_old, p_new):
    """A normal curve instead of the logistic one, with one feature: exact for two values, wrong at p_new = 0.01."""
    x, y = _odds(p_old), np.asarray(y_old, float)

    def loss(w):
        q = np.clip(ndtr(w[0] + w[1] * x), 1e-12, 1 - 1e-12)
        return -np.mean(y * np.log(q) + (1 - y) * np.log(1 - q))

    w = minimize(
        loss,
        [0.0, 0.5],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 4000},
    ).x
    return ndtr(w[0] + w[1] * _odds(p_new))


def recalibrate__wrong_levels_unweighted(p_old, y_old, p_new):
    """Fits one row per different promise with its rate: a promise made 500 times weighs as much as one made twice."""
    x, y = _odds(p_old), np.asarray(y_old, float)
    levels, inverse = np.unique(x, return_inverse=True)
    w = _fit(levels, np.bincount(inverse, y) / np.bincount(inverse))
    return expit(w[0] + w[1] * _odds(p_new))


def recalibrate__wrong_slope_positive(p_old, y_old, p_new):
    """The slope may not be negative: wrong where those with high promises redeem less."""
    x, y = _odds(p_old), np.asarray(y_old, float)
    w = _fit(x, y)
    if w[1] < 0:
        w = np.array([logit(y.mean()), 0.0])
    return expit(w[0] + w[1] * _odds(p_new))


def recalibrate__wrong_four_steps(p_old, y_old, p_new):
    """Four full Newton steps: not yet there (or diverged) where promises are sharp, e.g. p_old near 1e-6."""
    x, y = _odds(p_old), np.asarray(y_old, float)
    A, w = np.column_stack([np.ones(len(x)), x]), np.zeros(2)
    for _ in range(4):
        p = expit(A @ w)
        w = w - np.linalg.pinv((A * (p * (1 - p))[:, None]).T @ A) @ A.T @ (p - y)
    return expit(w[0] + w[1] * _odds(p_new))


def recalibrate__wrong_clip_thousandth(p_old, y_old, p_new):
    """Probabilities are clipped at 0.001 instead of 1e-6: wrong for promises of 1e-5."""
    w = _fit(_odds(p_old, 1e-3), np.asarray(y_old, float))
    return expit(w[0] + w[1] * _odds(p_new, 1e-3))


def _paid(cost, budget, n):
    return n if math.isinf(budget) else min(n, math.floor(round(budget / cost, 9)))


def choose_offers__right_arrays(p, margin, cost, budget):
    """Rounded values and a stable argsort."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    order = np.argsort(-v, kind="stable")
    return [int(i) for i in order if v[i] > 0][: _paid(cost, budget, len(v))]


def choose_offers__right_heap(p, margin, cost, budget):
    """heapq.nlargest with the number negated, values as pairs."""
    v = [round(float(a) * float(m) - cost, 9) for a, m in zip(np.asarray(p), np.asarray(margin))]
    k = len(v)
    while k and k * cost > budget * (1 + 1e-12) + 1e-12:
        k -= 1
    best = nlargest(k, ((x, -i) for i, x in enumerate(v) if x > 0))
    return np.array([-i for _, i in best], dtype=int)


def choose_offers__right_frame(p, margin, cost, budget):
    """A DataFrame with two sort keys."""
    df = pd.DataFrame({"p": np.asarray(p, float), "m": np.asarray(margin, float)})
    df["v"] = (df["p"] * df["m"] - cost).round(9)
    df["i"] = np.arange(len(df))
    df = df[df["v"] > 0].sort_values(["v", "i"], ascending=[False, True])
    return df["i"].head(_paid(cost, budget, len(df))).tolist()


def choose_offers__wrong_coarse_count(p, margin, cost, budget):
    """Rounds budget / cost to two decimals before the floor: 2.996 USD pay for three offers at 1 USD."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    k = len(v) if math.isinf(budget) else math.floor(round(budget / cost, 2))
    return [int(i) for i in np.argsort(-v, kind="stable") if v[i] > 0][:k]


def choose_offers__wrong_rounds_income(p, margin, cost, budget):
    """Rounds p * margin instead of the value: 0.3333333336 at a cost of 1/3 is a gain of 2.7e-10, which must round to 0."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float), 9) - cost
    order = np.argsort(-v, kind="stable")
    return [int(i) for i in order if v[i] > 0][: _paid(cost, budget, len(v))]


def choose_offers__wrong_default_sort(p, margin, cost, budget):
    """argsort with its default kind: with more than 16 customers of equal value the lower number is not first."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    return [int(i) for i in np.argsort(-v) if v[i] > 0][: _paid(cost, budget, len(v))]


def choose_offers__wrong_unrounded_order(p, margin, cost, budget):
    """The sign is rounded, the order is not: 0.3 x 1 and 0.1 x 3 at a cost of 0.1 differ by 5e-17."""
    v = np.asarray(p, float) * np.asarray(margin, float) - cost
    return [int(i) for i in np.argsort(-v, kind="stable") if round(v[i], 9) > 0][
        : _paid(cost, budget, len(v))
    ]


def choose_offers__wrong_money_left(p, margin, cost, budget):
    """Takes offer after offer from the budget: 1 USD less 0.1 ten times ends at 0.0999..., so the tenth is not paid."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    chosen = []
    for i in np.argsort(-v, kind="stable"):
        if v[i] <= 0 or budget < cost:
            break
        budget -= cost
        chosen.append(int(i))
    return chosen


def choose_offers__wrong_cents(p, margin, cost, budget):
    """Counts cost and budget in whole cents: an offer at 0.004 USD costs 0 cents (all are paid), one at 0.015 two."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    c = round(100 * cost)
    k = len(v) if math.isinf(budget) or c == 0 else round(100 * budget) // c
    return [int(i) for i in np.argsort(-v, kind="stable") if v[i] > 0][:k]


def choose_offers__wrong_filter_by_threshold(p, margin, cost, budget):
    """Filters by p > cost / margin: a margin below 0 makes the threshold negative, and p = 0.5, margin = -2 is let through."""
    p, margin = np.asarray(p, float), np.asarray(margin, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        keep = np.where(margin != 0, p > np.round(cost / margin, 12), False)
    v = np.round(p * margin - cost, 9)
    return [int(i) for i in np.argsort(-v, kind="stable") if keep[i] and v[i] != 0][
        : _paid(cost, budget, len(v))
    ]


def choose_offers__wrong_value_per_rank_dict(p, margin, cost, budget):
    """A dict from value to customer: of customers with the same value only the last one is left."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    who = {float(x): i for i, x in enumerate(v) if x > 0}
    return [who[x] for x in sorted(who, reverse=True)][: _paid(cost, budget, len(v))]


def _more_logs(train, test):
    scaler = StandardScaler().fit(np.log1p(train.to_numpy(float)))
    return scaler.transform(np.log1p(train.to_numpy(float))), scaler.transform(
        np.log1p(test[train.columns].to_numpy(float))
    )


def propensity_scores__right_logistic(train, y, test):
    """Logs, scaled, a penalised logistic regression."""
    A, B = _more_logs(train, test)
    return LogisticRegression(C=0.1, max_iter=2000).fit(A, y).predict_proba(B)[:, 1]


def propensity_scores__right_newton(train, y, test):
    """The same by hand: ridge logistic regression by BFGS, result as a list."""
    A, B = _more_logs(train, test)
    A, B = np.column_stack([A, np.ones(len(A))]), np.column_stack([B, np.ones(len(B))])
    pen = np.append(np.full(A.shape[1] - 1, 10.0), 0.0)

    def loss(w):
        z = A @ w
        return (np.logaddexp(0, z) - y * z).sum() + pen @ w**2 / 2, A.T @ (expit(z) - y) + pen * w

    w = minimize(loss, np.zeros(A.shape[1]), jac=True, method="L-BFGS-B").x
    return expit(B @ w).tolist()


def propensity_scores__right_average(train, y, test):
    """The mean of the probabilities under three penalties, as a Series with labels."""
    A, B = _more_logs(train, test)
    parts = [
        LogisticRegression(C=C, max_iter=2000).fit(A, y).predict_proba(B)[:, 1]
        for C in (0.03, 0.1, 0.3)
    ]
    return pd.Series(np.mean(parts, axis=0), index=test.index)


def propensity_scores__wrong_log_odds_once_more(train, y, test):
    """decision_function: log odds, not probabilities from 0 to 1."""
    A, B = _more_logs(train, test)
    return LogisticRegression(C=0.1, max_iter=2000).fit(A, y).decision_function(B)


def propensity_scores__wrong_overshrunk(train, y, test):
    """A penalty a thousand times too strong: the order survives, all probabilities lie near the base rate (Brier score)."""
    A, B = _more_logs(train, test)
    return LogisticRegression(C=1e-4, max_iter=2000).fit(A, y).predict_proba(B)[:, 1]


def propensity_scores__wrong_balanced_once_more(train, y, test):
    """class_weight="balanced": the ranking is good, the probabilities (Brier score) are far too high."""
    A, B = _more_logs(train, test)
    return (
        LogisticRegression(C=0.1, max_iter=2000, class_weight="balanced")
        .fit(A, y)
        .predict_proba(B)[:, 1]
    )


def propensity_scores__wrong_percentiles(train, y, test):
    """Percentile ranks of the score: perfect order, useless as probabilities (Brier score)."""
    A, B = _more_logs(train, test)
    score = LogisticRegression(C=0.1, max_iter=2000).fit(A, y).decision_function(B)
    return pd.Series(score).rank(pct=True).to_numpy()


def propensity_scores__wrong_labels(train, y, test):
    """predict: 0 or 1, no probabilities; on easy data perhaps all 0."""
    A, B = _more_logs(train, test)
    return LogisticRegression(C=0.1, max_iter=2000).fit(A, y).predict(B).astype(float)


def propensity_scores__wrong_deep_tree_once_more(train, y, test):
    """A tree without a limit: learns the rows by heart, both scores are bad."""
    return (
        DecisionTreeClassifier(random_state=0)
        .fit(train, y)
        .predict_proba(test[train.columns])[:, 1]
    )


def propensity_scores__wrong_own_scale(train, y, test):
    """Standardises the later campaigns with their own mean, so a general rise is invisible, and the raw numbers at that."""
    model = LogisticRegression(C=0.1, max_iter=2000)
    A = StandardScaler().fit_transform(train.to_numpy(float))
    B = StandardScaler().fit_transform(test[train.columns].to_numpy(float))
    return model.fit(A, y).predict_proba(B)[:, 1]


def propensity_scores__wrong_one_feature(train, y, test):
    """A logistic regression on campaigns_redeemed alone: exactly where the points start."""
    one = ["campaigns_redeemed"]
    return LogisticRegression().fit(train[one], y).predict_proba(test[one])[:, 1]


def propensity_scores__wrong_min_max(train, y, test):
    """The log odds squeezed linearly into 0 to 1: right order and right range, but no probabilities (Brier score)."""
    A, B = _more_logs(train, test)
    z = LogisticRegression(C=0.1, max_iter=2000).fit(A, y).decision_function(B)
    return (z - z.min()) / max(z.max() - z.min(), 1e-12)


TRUE = {
    "ece_floor__wrong_highest_first": ("errors_of_other_bins",),
    "break_persona__wrong_coupons_in_two_campaigns": ("two_coupons_never_in_one_campaign",),
    "break_persona__wrong_coupons_in_todays_campaign": ("two_coupons_never_in_one_campaign",),
    "break_persona__wrong_starts_today_is_unfinished": ("nothing_is_running",),
    "break_persona__wrong_one_past_campaign": ("campaigns_share_no_coupon",),
    "break_persona__wrong_coupon_in_each_campaign": ("campaigns_share_no_coupon",),
    "break_persona__wrong_coupon_of_another_household": ("campaigns_share_no_coupon",),
    "break_persona__wrong_newcomer_not_sent_today": ("everybody_has_a_past",),
    "break_persona__wrong_newcomer_without_redemption": ("everybody_has_a_past",),
    "break_persona__wrong_ended_two_days_ago": ("nothing_ended_yesterday",),
    "break_persona__wrong_ends_today": ("nothing_ended_yesterday",),
    "break_persona__wrong_nothing_starts_today": ("nobody_to_decide_about",),
    "break_persona__wrong_redeemed_late": ("redeemed_without_being_sent",),
    "kill_asof__wrong_docstring_example_only": ("accepts_any_features",),
    "kill_asof__wrong_demands_column_order": ("floats_in_one_order",),
    "kill_asof__wrong_demands_floats": ("floats_in_one_order",),
    "kill_asof__wrong_demands_fresh_index": ("rejects_any_features",),
    "kill_asof__wrong_shape_and_nan_only": ("accepts_any_features",),
    "kill_asof__wrong_future_only": ("accepts_any_features",),
    "kill_asof__wrong_oracle_drops_equal_lines": ("expects_a_mistake",),
    "kill_asof__wrong_oracle_recency_of_old_purchase": ("expects_a_mistake",),
    "kill_asof__wrong_always_true": ("accepts_any_features",),
    "build_labels__wrong_last_day_excluded": ("last_day_left_out",),
    "build_labels__wrong_first_day_excluded": ("first_day_left_out",),
    "build_labels__wrong_dates_ignored": ("late_redemptions_count",),
    "build_labels__wrong_only_end_checked": ("late_redemptions_count",),
    "build_labels__wrong_only_start_checked": ("late_redemptions_count",),
    "build_labels__wrong_joined_on_household": ("redeemed_in_any_campaign",),
    "build_labels__wrong_joined_on_campaign": ("anybody_redeemed",),
    "build_labels__wrong_any_running_campaign": ("coupon_of_another_campaign",),
    "build_labels__wrong_row_per_coupon": ("one_row_per_coupon",),
    "build_labels__wrong_inner_join": ("refusals_lost",),
    "build_labels__wrong_outer_join": ("redeemers_never_sent",),
    "build_labels__wrong_number_of_coupons": ("coupons_for_labels",),
    "build_labels__wrong_sorted": ("rows_sorted",),
    "build_labels__wrong_last_coupon_decides": ("one_coupon_decides",),
    "build_labels__wrong_unmatched_nan": ("refusals_missing",),
    "logistic_loss_grad__wrong_overflow": ("overflows",),
    "logistic_loss_grad__wrong_log_of_p": ("overflows",),
    "logistic_loss_grad__wrong_clipped_p": ("probabilities_clipped",),
    "logistic_loss_grad__wrong_clipped_z": ("z_clipped",),
    "logistic_loss_grad__wrong_intercept_penalised": ("intercept_penalised",),
    "logistic_loss_grad__wrong_sum_not_mean": ("summed_not_averaged",),
    "logistic_loss_grad__wrong_gradient_summed": ("gradient_summed",),
    "logistic_loss_grad__wrong_half_forgotten": ("penalty_not_halved",),
    "logistic_loss_grad__wrong_two_in_gradient": ("penalty_not_halved",),
    "logistic_loss_grad__wrong_norm_not_squared": ("length_not_squared",),
    "logistic_loss_grad__wrong_penalty_not_in_gradient": ("penalty_not_in_gradient",),
    "logistic_loss_grad__wrong_penalty_over_n": ("penalty_averaged",),
    "logistic_loss_grad__wrong_sign": ("wrong_sign",),
    "logistic_loss_grad__wrong_b_not_in_z": ("intercept_left_out",),
    "logistic_loss_grad__wrong_sklearn_log_loss": ("probabilities_clipped",),
    "choose_offers__wrong_int_of_ratio": ("one_offer_lost",),
    "choose_offers__wrong_budget_rounded_up": ("budget_rounded_up",),
    "choose_offers__wrong_running_sum": ("one_offer_lost",),
    "choose_offers__wrong_budget_below": ("budget_not_used_up",),
    "choose_offers__wrong_budget_is_a_count": ("budget_counts_people",),
    "choose_offers__wrong_infinite_budget": ("fails_on_an_infinite_budget",),
    "choose_offers__wrong_budget_ignored": ("budget_ignored",),
    "choose_offers__wrong_zero_value_sent": ("worth_nothing_sent",),
    "choose_offers__wrong_not_rounded": ("rounding_errors_sent",),
    "choose_offers__wrong_ties_reversed": ("equal_values_backwards",),
    "choose_offers__wrong_unstable_sort": ("equal_values_backwards",),
    "choose_offers__wrong_sorted_by_probability": ("likeliest_first",),
    "choose_offers__wrong_half_threshold": ("likelier_than_not",),
    "choose_offers__wrong_cost_only_if_redeemed": ("cost_paid_on_redemption",),
    "choose_offers__wrong_cost_forgotten": ("losses_sent",),
    "choose_offers__wrong_threshold_division": ("divided_by_the_margin",),
    "choose_offers__wrong_lowest_first": ("lowest_value_first",),
    "choose_offers__wrong_sorted_numbers": ("sorted_by_number",),
    "choose_offers__wrong_positions_after_filter": ("numbers_among_the_rest",),
    "recalibrate__wrong_default_penalty": ("penalised",),
    "recalibrate__wrong_on_probabilities": ("on_probabilities",),
    "recalibrate__wrong_log_instead_of_logit": ("on_logarithms",),
    "recalibrate__wrong_not_clipped": ("infinite_log_odds",),
    "recalibrate__wrong_new_not_clipped": ("infinite_log_odds",),
    "recalibrate__wrong_clip_one_percent": ("limited_elsewhere",),
    "recalibrate__wrong_clip_machine_epsilon": ("limited_elsewhere",),
    "recalibrate__wrong_slope_only": ("slope_only",),
    "recalibrate__wrong_intercept_only": ("intercept_only",),
    "recalibrate__wrong_factor": ("scaled_to_the_rate",),
    "recalibrate__wrong_isotonic": ("isotonic",),
    "recalibrate__wrong_first_column": ("chance_of_no_redemption",),
    "recalibrate__wrong_labels": ("yes_or_no_returned",),
    "recalibrate__wrong_linear_regression": ("straight_line",),
    "recalibrate__wrong_balanced": ("balanced_classes",),
    "recalibrate__wrong_each_standardised": ("each_standardised",),
    "calibration_table__wrong_unstable_sort": ("ties_out_of_order",),
    "calibration_table__wrong_ties_sorted_by_outcome": ("ties_out_of_order",),
    "calibration_table__wrong_ties_reversed": ("ties_out_of_order",),
    "calibration_table__wrong_equal_width": ("equal_width",),
    "calibration_table__wrong_qcut": ("equal_probabilities_share_a_bin",),
    "calibration_table__wrong_qcut_of_ranks": ("larger_bins_anywhere",),
    "calibration_table__wrong_larger_bins_last": ("larger_bins_anywhere",),
    "calibration_table__wrong_ceil_sized_bins": ("rest_in_the_last_bin",),
    "calibration_table__wrong_empty_bins": ("empty_bins_kept",),
    "calibration_table__wrong_unweighted_ece": ("bins_not_weighted",),
    "calibration_table__wrong_abs_outside": ("gaps_cancel",),
    "calibration_table__wrong_squared": ("squared_gaps",),
    "calibration_table__wrong_largest_gap": ("largest_gap",),
    "calibration_table__wrong_highest_first": ("highest_first",),
    "calibration_table__wrong_not_sorted": ("not_sorted",),
    "calibration_table__wrong_median_prediction": ("median_for_prediction",),
    "calibration_table__wrong_numbered_from_one": ("numbered_from_one",),
    "calibration_table__wrong_series_labels": ("rows_by_label",),
    "ece_floor__wrong_less_or_equal": ("redeems_at_p",),
    "ece_floor__wrong_greater": ("redeems_above_p",),
    "ece_floor__wrong_half_threshold": ("half_decides",),
    "ece_floor__wrong_average_outcome": ("error_of_the_mean_outcome",),
    "ece_floor__wrong_outcomes_pooled": ("simulations_pooled",),
    "ece_floor__wrong_percentile_scale": ("fraction_for_percent",),
    "ece_floor__wrong_upper_of_interval": ("another_percentile",),
    "ece_floor__wrong_normal_quantile": ("two_standard_deviations",),
    "ece_floor__wrong_quantile_without_interpolation": ("not_interpolated",),
    "ece_floor__wrong_median": ("median_for_mean",),
    "ece_floor__wrong_equal_width": ("errors_with_equal_widths",),
    "propensity_scores__wrong_base_rate": ("base_rate_for_all",),
    "propensity_scores__wrong_first_column": ("chance_of_no_coupon",),
    "propensity_scores__wrong_hard_labels": ("yes_or_no",),
    "propensity_scores__wrong_balanced": ("everybody_balanced",),
    "propensity_scores__wrong_deep_tree": ("tree_without_limit",),
    "propensity_scores__wrong_share_redeemed": ("share_redeemed_before",),
    "propensity_scores__wrong_log_odds": ("odds_for_probabilities",),
    "asof_features__wrong_start_day_included": ("start_day_included",),
    "asof_features__wrong_window_one_day_long": ("one_day_too_old",),
    "asof_features__wrong_window_one_day_short": ("oldest_day_left_out",),
    "asof_features__wrong_yesterday_lost": ("day_before_left_out",),
    "asof_features__wrong_no_lower_end": ("no_lookback",),
    "asof_features__wrong_one_cutoff": ("one_cutoff_for_all",),
    "asof_features__wrong_grouped_by_household": ("rows_of_a_household_pooled",),
    "asof_features__wrong_grouped_by_household_and_start": ("equal_rows_added_up",),
    "asof_features__wrong_baskets_are_lines": ("lines_for_visits",),
    "asof_features__wrong_coupons_are_baskets": ("baskets_with_coupons",),
    "asof_features__wrong_coupons_are_usd": ("coupon_dollars",),
    "asof_features__wrong_equal_lines_dropped": ("doubled_lines_merged",),
    "asof_features__wrong_recency_of_first_purchase": ("oldest_purchase_for_recency",),
    "asof_features__wrong_recency_beyond_window": ("older_recency_kept",),
    "asof_features__wrong_silent_recency_zero": ("recency_zero_when_silent",),
    "asof_features__wrong_silent_dropped": ("silent_dropped",),
    "asof_features__wrong_index_reset": ("index_lost",),
    "asof_features__wrong_sorted_by_household": ("rows_in_another_order",),
    "asof_features__wrong_loc_by_label": ("matched_by_label",),
    "asof_features__wrong_mutates_tx": ("callers_table_changed",),
    "build_labels__wrong_mutates_campaigns": ("callers_campaigns_changed",),
    "ece_floor__wrong_sorted_p_unsorted_u": ("customers_out_of_order",),
    "choose_offers__wrong_budget_floor_division": ("one_offer_lost",),
    "break_persona__wrong_one_coupon": ("two_coupons_never_in_one_campaign",),
    "break_persona__wrong_future_of_others": ("nothing_happens_later",),
    "break_persona__wrong_ended_yesterday": ("nothing_is_running",),
    "break_persona__wrong_redeemed_in_all": ("campaigns_share_no_coupon",),
    "break_persona__wrong_known_household": ("everybody_has_a_past",),
    "break_persona__wrong_ends_today_again": ("nothing_ended_yesterday",),
    "break_persona__wrong_no_start_today": ("nobody_to_decide_about",),
    "break_persona__wrong_coupon_outside": ("redeemed_without_being_sent",),
    "build_labels__wrong_duplicates": ("one_row_per_coupon",),
    "build_labels__wrong_any_campaign": ("redeemed_in_any_campaign",),
    "build_labels__wrong_dates_ignored_again": ("late_redemptions_count",),
    "build_labels__wrong_last_day_excluded_again": ("last_day_left_out",),
    "build_labels__wrong_first_day_excluded_again": ("first_day_left_out",),
    "build_labels__wrong_outer": ("redeemers_never_sent",),
    "build_labels__wrong_sorted_again": ("rows_sorted",),
    "build_labels__wrong_redeemers_only": ("refusals_lost",),
    "asof_features__wrong_start_day": ("start_day_included",),
    "asof_features__wrong_one_day_short": ("oldest_day_left_out",),
    "asof_features__wrong_lines_as_baskets": ("lines_for_visits",),
    "asof_features__wrong_equal_lines_dropped_again": ("doubled_lines_merged",),
    "asof_features__wrong_coupon_baskets": ("baskets_with_coupons",),
    "asof_features__wrong_last_start_for_all": ("cut_at_own_latest_start",),
    "asof_features__wrong_recency_zero": ("recency_zero_when_silent",),
    "asof_features__wrong_recency_unlimited": ("older_recency_kept",),
    "asof_features__wrong_index_reset_again": ("index_lost",),
    "kill_asof__wrong_docstring_only": ("accepts_any_features",),
    "kill_asof__wrong_exact_dtypes": ("floats_in_one_order",),
    "kill_asof__wrong_columns_by_position": ("floats_in_one_order",),
    "kill_asof__wrong_future_only_again": ("accepts_any_features",),
    "kill_asof__wrong_nan_expected": ("rejects_any_features",),
    "kill_asof__wrong_start_day_counts": ("rejects_any_features",),
    "kill_asof__wrong_shape": ("accepts_any_features",),
    "logistic_loss_grad__wrong_overflow_again": ("overflows",),
    "logistic_loss_grad__wrong_clipped": ("probabilities_clipped",),
    "logistic_loss_grad__wrong_intercept_penalised_again": ("intercept_penalised",),
    "logistic_loss_grad__wrong_sum": ("summed_not_averaged",),
    "logistic_loss_grad__wrong_no_half": ("penalty_not_halved",),
    "logistic_loss_grad__wrong_gradient_twice_l2": ("penalty_not_halved",),
    "logistic_loss_grad__wrong_penalty_over_n_again": ("penalty_averaged",),
    "logistic_loss_grad__wrong_sign_again": ("wrong_sign",),
    "calibration_table__wrong_equal_width_again": ("equal_width",),
    "calibration_table__wrong_unweighted": ("bins_not_weighted",),
    "calibration_table__wrong_signed": ("gaps_cancel",),
    "calibration_table__wrong_reverse_ties": ("ties_out_of_order",),
    "calibration_table__wrong_empty_bins_again": ("empty_bins_kept",),
    "calibration_table__wrong_larger_bins_last_again": ("larger_bins_anywhere",),
    "calibration_table__wrong_qcut_again": ("equal_probabilities_share_a_bin",),
    "calibration_table__wrong_aligned_series": ("rows_by_label",),
    "ece_floor__wrong_mean_outcome": ("error_of_the_mean_outcome",),
    "ece_floor__wrong_greater_again": ("redeems_above_p",),
    "ece_floor__wrong_half": ("half_decides",),
    "ece_floor__wrong_normal_quantile_again": ("two_standard_deviations",),
    "ece_floor__wrong_nearest_rank": ("not_interpolated",),
    "ece_floor__wrong_two_sided": ("another_percentile",),
    "recalibrate__wrong_default_penalty_again": ("penalised",),
    "recalibrate__wrong_on_probabilities_again": ("on_probabilities",),
    "recalibrate__wrong_first_column_again": ("chance_of_no_redemption",),
    "recalibrate__wrong_intercept_only_again": ("intercept_only",),
    "recalibrate__wrong_ratio": ("scaled_to_the_rate",),
    "recalibrate__wrong_slope_only_again": ("slope_only",),
    "recalibrate__wrong_clipped_at_hundredth": ("limited_elsewhere",),
    "choose_offers__wrong_by_probability": ("likeliest_first",),
    "choose_offers__wrong_floor_division": ("one_offer_lost",),
    "choose_offers__wrong_running_sum_again": ("one_offer_lost",),
    "choose_offers__wrong_zero_value": ("worth_nothing_sent",),
    "choose_offers__wrong_ties_reversed_again": ("equal_values_backwards",),
    "choose_offers__wrong_not_rounded_again": ("rounding_errors_sent",),
    "choose_offers__wrong_cost_if_redeemed": ("cost_paid_on_redemption",),
    "choose_offers__wrong_infinite_budget_again": ("fails_on_an_infinite_budget",),
    "propensity_scores__wrong_deep_tree_again": ("tree_without_limit",),
    "propensity_scores__wrong_base_rate_constant": ("base_rate_for_all",),
    "break_persona__wrong_two_households": ("two_coupons_never_in_one_campaign",),
    "break_persona__wrong_two_campaigns": ("two_coupons_never_in_one_campaign",),
    "break_persona__wrong_today_is_later": ("nothing_happens_later",),
    "break_persona__wrong_late_coupon": ("redeemed_without_being_sent",),
    "break_persona__wrong_unfinished_starts_today": ("nothing_is_running",),
    "break_persona__wrong_all_redeemed": ("campaigns_share_no_coupon",),
    "break_persona__wrong_coupon_not_sent": ("redeemed_without_being_sent",),
    "break_persona__wrong_newcomer_not_sent_today_once_more": ("everybody_has_a_past",),
    "break_persona__wrong_last_day_is_today": ("nothing_ended_yesterday",),
    "build_labels__wrong_last_day_out": ("last_day_left_out",),
    "build_labels__wrong_first_day_out": ("first_day_left_out",),
    "build_labels__wrong_too_early_counts": ("late_redemptions_count",),
    "build_labels__wrong_other_campaign": ("coupon_of_another_campaign",),
    "build_labels__wrong_first_coupon_only_once_more": ("one_coupon_decides",),
    "build_labels__wrong_sorted_once_more": ("rows_sorted",),
    "build_labels__wrong_label_for_row": ("labels_joined_by_index",),
    "build_labels__wrong_not_sent": ("redeemers_never_sent",),
    "asof_features__wrong_first_day_out": ("oldest_day_left_out",),
    "asof_features__wrong_equal_lines_once": ("doubled_lines_merged",),
    "asof_features__wrong_same_start_doubled": ("equal_rows_added_up",),
    "asof_features__wrong_recency_of_all_time": ("older_recency_kept",),
    "asof_features__wrong_baskets_with_coupon": ("baskets_with_coupons",),
    "asof_features__wrong_label_as_row": ("matched_by_label",),
    "kill_asof__wrong_exact_cents_once_more": ("floats_in_one_order",),
    "kill_asof__wrong_column_order": ("floats_in_one_order",),
    "kill_asof__wrong_types": ("floats_in_one_order",),
    "kill_asof__wrong_whole_numbers_refused": ("floats_in_one_order",),
    "kill_asof__wrong_docstring_only_once_more": ("accepts_any_features",),
    "kill_asof__wrong_invariants": ("accepts_any_features",),
    "logistic_loss_grad__wrong_no_half_once_more": ("penalty_not_halved",),
    "logistic_loss_grad__wrong_grad_twice": ("penalty_not_halved",),
    "logistic_loss_grad__wrong_intercept_penalised_once_more": ("intercept_penalised",),
    "logistic_loss_grad__wrong_penalty_by_n": ("penalty_averaged",),
    "logistic_loss_grad__wrong_norm_not_squared_once_more": ("length_not_squared",),
    "logistic_loss_grad__wrong_overflow_once_more": ("overflows",),
    "logistic_loss_grad__wrong_clipped_probability": ("probabilities_clipped",),
    "logistic_loss_grad__wrong_sum_in_intercept": ("gradient_summed",),
    "calibration_table__wrong_reversed_ties": ("ties_out_of_order",),
    "calibration_table__wrong_ties_by_outcome": ("ties_out_of_order",),
    "calibration_table__wrong_quantiles": ("equal_probabilities_share_a_bin",),
    "calibration_table__wrong_ceiling_chunks": ("rest_in_the_last_bin",),
    "calibration_table__wrong_signed_once_more": ("gaps_cancel",),
    "calibration_table__wrong_labels_aligned": ("rows_by_label",),
    "calibration_table__wrong_empty_bins_once_more": ("empty_bins_kept",),
    "calibration_table__wrong_numbered_from_one_once_more": ("numbered_from_one",),
    "ece_floor__wrong_less_or_equal_once_more": ("redeems_at_p",),
    "ece_floor__wrong_columns_not_sorted": ("customers_out_of_order",),
    "ece_floor__wrong_reversed_ties": ("errors_of_ties_out_of_order",),
    "ece_floor__wrong_ceiling_chunks": ("errors_of_other_bins",),
    "ece_floor__wrong_plain_mean_of_bins": ("errors_without_weights",),
    "recalibrate__wrong_clipped_elsewhere": ("limited_elsewhere",),
    "recalibrate__wrong_probability_as_feature": ("on_probabilities",),
    "recalibrate__wrong_log_probability": ("on_logarithms",),
    "choose_offers__wrong_floor_division_once_more": ("one_offer_lost",),
    "choose_offers__wrong_money_added_up": ("one_offer_lost",),
    "choose_offers__wrong_value_zero": ("worth_nothing_sent",),
    "choose_offers__wrong_higher_number_first": ("equal_values_backwards",),
    "choose_offers__wrong_likelier_first": ("equal_values_backwards",),
    "choose_offers__wrong_cost_if_redeemed_once_more": ("cost_paid_on_redemption",),
    "choose_offers__wrong_threshold_divides": ("divided_by_the_margin",),
    "choose_offers__wrong_infinite_budget_once_more": ("fails_on_an_infinite_budget",),
    "break_persona__wrong_coupons_of_two_households": ("two_coupons_never_in_one_campaign",),
    "break_persona__wrong_future_by_running": ("nothing_happens_later",),
    "break_persona__wrong_future_of_other_household": ("nothing_happens_later",),
    "break_persona__wrong_all_redeemed_once_more": ("campaigns_share_no_coupon",),
    "break_persona__wrong_newcomer_not_today": ("everybody_has_a_past",),
    "break_persona__wrong_coupon_on_start_of_next": ("redeemed_without_being_sent",),
    "break_persona__wrong_nobody_starts": ("nobody_to_decide_about",),
    "build_labels__wrong_loc_by_label_once_more": ("labels_joined_by_index",),
    "build_labels__wrong_first_coupon": ("one_coupon_decides",),
    "build_labels__wrong_two_isins": ("redeemed_in_any_campaign",),
    "build_labels__wrong_outer_once_more": ("rows_sorted",),
    "build_labels__wrong_last_coupon_date": ("one_coupon_decides",),
    "asof_features__wrong_keys_not_rows": ("equal_rows_added_up",),
    "asof_features__wrong_by_label": ("matched_by_label",),
    "asof_features__wrong_net_coupons": ("baskets_with_coupons",),
    "kill_asof__wrong_column_order_once_more": ("floats_in_one_order",),
    "kill_asof__wrong_dtypes": ("floats_in_one_order",),
    "logistic_loss_grad__wrong_clipped_z_once_more": ("z_clipped",),
    "logistic_loss_grad__wrong_eps": ("probabilities_clipped",),
    "logistic_loss_grad__wrong_norm": ("length_not_squared",),
    "logistic_loss_grad__wrong_penalty_over_n_once_more": ("penalty_averaged",),
    "calibration_table__wrong_default_sort": ("ties_out_of_order",),
    "calibration_table__wrong_reversed_ties_once_more": ("ties_out_of_order",),
    "calibration_table__wrong_sorted_pairs": ("ties_out_of_order",),
    "calibration_table__wrong_signs_cancel": ("gaps_cancel",),
    "calibration_table__wrong_ceil_sizes": ("rest_in_the_last_bin",),
    "calibration_table__wrong_aligned": ("rows_by_label",),
    "calibration_table__wrong_bins_kept": ("empty_bins_kept",),
    "ece_floor__wrong_u_unsorted": ("customers_out_of_order",),
    "ece_floor__wrong_plain_mean_of_bins_once_more": ("errors_without_weights",),
    "ece_floor__wrong_linspace": ("errors_of_other_bins",),
    "ece_floor__wrong_qcut": ("errors_of_other_bins",),
    "ece_floor__wrong_shared_bins": ("errors_of_unsorted_customers",),
    "recalibrate__wrong_feature_p": ("on_probabilities",),
    "recalibrate__wrong_isotonic_once_more": ("isotonic",),
    "recalibrate__wrong_linear_probability": ("straight_line",),
    "recalibrate__wrong_clip_thousandth": ("limited_elsewhere",),
    "choose_offers__wrong_default_sort": ("equal_values_backwards",),
    "choose_offers__wrong_money_left": ("one_offer_lost",),
    "choose_offers__wrong_filter_by_threshold": ("divided_by_the_margin",),
    "propensity_scores__wrong_log_odds_once_more": ("odds_for_probabilities",),
    "propensity_scores__wrong_deep_tree_once_more": ("tree_without_limit",),
}


# ---- written later, for slips of the second order ----


import math
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pandas as pd
import bisect
import sqlite3
from decimal import ROUND_FLOOR, Decimal
from scipy import optimize, special, stats
from sklearn.linear_model import LogisticRegression
from bisect import bisect_left
from heapq import nlargest
from scipy.special import expit, log_expit, logit, ndtr, ndtri
from sklearn.preprocessing import StandardScaler
import heapq
from sklearn.linear_model import LinearRegression


# ------------------------------------------------------------------------------- build_labels


def build_labels__right_set_of_pairs_again(campaigns, desc, redemptions):
    """Loops and a set of pairs."""
    days = {
        c: (a, b)
        for c, a, b in desc[["campaign_id", "start_date", "end_date"]].itertuples(index=False)
    }
    good = set()
    for h, c, d in redemptions[["household_id", "campaign_id", "redemption_date"]].itertuples(
        index=False
    ):
        if c in days and days[c][0] <= d <= days[c][1]:
            good.add((h, c))
    pairs = list(zip(campaigns["household_id"], campaigns["campaign_id"]))
    return pd.DataFrame(
        {
            "household_id": campaigns["household_id"].to_numpy(),
            "campaign_id": campaigns["campaign_id"].to_numpy(),
            "y": [int(p in good) for p in pairs],
        }
    )


def build_labels__right_merge_left(campaigns, desc, redemptions):
    """Two merges; the pairs made unique after the filter."""
    key = ["household_id", "campaign_id"]
    r = redemptions.merge(desc, on="campaign_id")
    r = r[r["redemption_date"].between(r["start_date"], r["end_date"])]
    r = r[key].drop_duplicates().assign(y=1)
    out = campaigns[key].merge(r, on=key, how="left")
    return out.assign(y=out["y"].fillna(0).astype(int))


def build_labels__right_multiindex_isin(campaigns, desc, redemptions):
    """Dates by map, membership by MultiIndex, and the caller's index kept."""
    d = desc.set_index("campaign_id")
    c = redemptions["campaign_id"]
    day = redemptions["redemption_date"]
    inside = (day >= c.map(d["start_date"])) & (day <= c.map(d["end_date"]))
    good = pd.MultiIndex.from_frame(
        redemptions.loc[inside.to_numpy(), ["household_id", "campaign_id"]]
    )
    out = campaigns[["household_id", "campaign_id"]].copy()
    out["y"] = pd.MultiIndex.from_frame(out).isin(good).astype(int)
    return out


def build_labels__right_any_over_expanded(campaigns, desc, redemptions):
    """Number the rows, expand to coupons, and take the maximum of each row."""
    rows = campaigns[["household_id", "campaign_id"]].reset_index(drop=True)
    wide = rows.rename_axis("row").reset_index().merge(desc, on="campaign_id", how="left")
    wide = wide.merge(redemptions, on=["household_id", "campaign_id"], how="left")
    hit = (wide["redemption_date"] >= wide["start_date"]) & (
        wide["redemption_date"] <= wide["end_date"]
    )
    return rows.assign(y=hit.groupby(wide["row"]).max().reindex(rows.index).astype(int))


def build_labels__wrong_first_coupon_only(campaigns, desc, redemptions):
    """Makes the pairs unique before it looks at the dates: if the first coupon of a pair lies outside
    the campaign and a later row lies inside, the household gets 0."""
    key = ["household_id", "campaign_id"]
    r = redemptions.drop_duplicates(key).merge(desc, on="campaign_id")
    r = r[r["redemption_date"].between(r["start_date"], r["end_date"])][key].assign(y=1)
    out = campaigns[key].merge(r, on=key, how="left")
    return out.assign(y=out["y"].fillna(0).astype(int))


def build_labels__wrong_latest_coupon_only(campaigns, desc, redemptions):
    """Tests only the latest date of each pair: a coupon in time and one after the last day give 0."""
    key = ["household_id", "campaign_id"]
    last = (
        redemptions.groupby(key, as_index=False)["redemption_date"]
        .max()
        .merge(desc, on="campaign_id")
    )
    last["y"] = last["redemption_date"].between(last["start_date"], last["end_date"]).astype(int)
    out = campaigns[key].merge(last[[*key, "y"]], on=key, how="left")
    return out.assign(y=out["y"].fillna(0).astype(int))


def build_labels__wrong_two_isin(campaigns, desc, redemptions):
    """Asks whether the household and the campaign each occur among the good redemptions, not whether
    the pair does: a household that redeemed in campaign 8 also gets 1 in campaign 9 if anybody
    redeemed there."""
    r = redemptions.merge(desc, on="campaign_id")
    r = r[(r["redemption_date"] >= r["start_date"]) & (r["redemption_date"] <= r["end_date"])]
    out = campaigns[["household_id", "campaign_id"]].copy()
    hit = out["household_id"].isin(r["household_id"]) & out["campaign_id"].isin(r["campaign_id"])
    return out.assign(y=hit.astype(int))


def build_labels__wrong_key_without_separator(campaigns, desc, redemptions):
    """Joins the two ids to one text without a separator: household 1, campaign 12 and household 11,
    campaign 2 get the same key "112"."""
    r = redemptions.merge(desc, on="campaign_id")
    r = r[r["redemption_date"].between(r["start_date"], r["end_date"])]
    good = set(r["household_id"].astype(str) + r["campaign_id"].astype(str))
    out = campaigns[["household_id", "campaign_id"]].reset_index(drop=True)
    key = out["household_id"].astype(str) + out["campaign_id"].astype(str)
    return out.assign(y=key.isin(good).astype(int))


def build_labels__wrong_loc_by_label(campaigns, desc, redemptions):
    """Marks the rows by the label of their index: where a label is repeated, every row with that label
    becomes 1 when one of them redeemed."""
    r = redemptions.merge(desc, on="campaign_id")
    r = r[r["redemption_date"].between(r["start_date"], r["end_date"])]
    good = set(zip(r["household_id"], r["campaign_id"]))
    labels = campaigns[["household_id", "campaign_id"]].copy()
    labels["y"] = 0
    for label, h, c in labels[["household_id", "campaign_id"]].itertuples():
        if (h, c) in good:
            labels.loc[label, "y"] = 1
    return labels


def build_labels__wrong_aligned_on_index(campaigns, desc, redemptions):
    """Computes y on a merged table numbered from 0 and assigns it to campaigns, where pandas aligns on
    the index: right for the index 0, 1, 2, ..., other rows' answers or zeros for any other index."""
    key = ["household_id", "campaign_id"]
    r = redemptions.merge(desc, on="campaign_id")
    r = r[r["redemption_date"].between(r["start_date"], r["end_date"])]
    r = r[key].drop_duplicates().assign(y=1)
    y = campaigns[key].merge(r, on=key, how="left")["y"]
    out = campaigns[key].copy()
    try:
        out["y"] = y
    except ValueError:
        out["y"] = y.reindex(range(len(out)))
    out["y"] = out["y"].fillna(0).astype(int)
    return out


def build_labels__wrong_sorted_by_group(campaigns, desc, redemptions):
    """A groupby sorts the rows by household and campaign: the rows of campaigns are no longer in their
    order unless they were sorted."""
    key = ["household_id", "campaign_id"]
    m = (
        campaigns[key]
        .merge(desc, on="campaign_id", how="left")
        .merge(redemptions, on=key, how="left")
    )
    m["y"] = m["redemption_date"].between(m["start_date"], m["end_date"]).astype(int)
    return m.groupby(key, as_index=False)["y"].max()


def build_labels__wrong_right_end_open(campaigns, desc, redemptions):
    """between(..., inclusive="left") drops coupons redeemed on the last day of the campaign."""
    key = ["household_id", "campaign_id"]
    r = redemptions.merge(desc, on="campaign_id")
    r = r[r["redemption_date"].between(r["start_date"], r["end_date"], inclusive="left")]
    r = r[key].drop_duplicates().assign(y=1)
    out = campaigns[key].merge(r, on=key, how="left")
    return out.assign(y=out["y"].fillna(0).astype(int))


def build_labels__wrong_dates_of_any_campaign(campaigns, desc, redemptions):
    """Compares with the first start and the last end of all campaigns: a coupon that came too late for
    its own campaign counts while another campaign is running. Shows with two campaigns only."""
    key = ["household_id", "campaign_id"]
    r = redemptions[
        redemptions["redemption_date"].between(desc["start_date"].min(), desc["end_date"].max())
    ]
    r = r[key].drop_duplicates().assign(y=1)
    out = campaigns[key].merge(r, on=key, how="left")
    return out.assign(y=out["y"].fillna(0).astype(int))


def build_labels__wrong_rows_per_coupon(campaigns, desc, redemptions):
    """Drops repeated redemptions with their date: two coupons on two days are still two rows of labels."""
    key = ["household_id", "campaign_id"]
    r = redemptions.merge(desc, on="campaign_id")
    r = r[r["redemption_date"].between(r["start_date"], r["end_date"])]
    r = r[[*key, "redemption_date"]].drop_duplicates().assign(y=1)
    out = campaigns[key].merge(r, on=key, how="left")
    return out.assign(y=out["y"].fillna(0).astype(int))[[*key, "y"]]


# ------------------------------------------------------------------------------ asof_features


def asof_features__right_row_by_row(tx, targets, lookback):
    """One filter for each row of targets."""
    out = []
    for h, start in zip(targets["household_id"], targets["start_date"]):
        age = (start - tx["day"]).dt.days
        seen = tx[(tx["household_id"] == h) & (age >= 1) & (age <= lookback)]
        recency = (start - seen["day"].max()).days if len(seen) else lookback
        out.append(
            (
                seen["basket_id"].nunique(),
                float(seen["sales_value"].sum()),
                int((seen["coupon_disc"] > 0).sum()),
                recency,
            )
        )
    return pd.DataFrame(
        out, columns=["baskets", "sales", "coupons", "recency"], index=targets.index
    )


def asof_features__right_numbered_rows(tx, targets, lookback):
    """Merge on numbered rows, filter by age, group by the number."""
    rows = pd.DataFrame(
        {
            "row": range(len(targets)),
            "household_id": targets["household_id"].to_numpy(),
            "start_date": targets["start_date"].to_numpy(),
        }
    )
    lines = rows.merge(
        tx[["household_id", "basket_id", "day", "sales_value", "coupon_disc"]], on="household_id"
    )
    lines["age"] = (lines["start_date"] - lines["day"]).dt.days
    lines = lines[lines["age"].between(1, lookback)]
    lines["used"] = (lines["coupon_disc"] > 0).astype(int)
    g = lines.groupby("row")
    out = pd.DataFrame(
        {
            "baskets": g["basket_id"].nunique(),
            "sales": g["sales_value"].sum(),
            "coupons": g["used"].sum(),
            "recency": g["age"].min(),
        }
    ).reindex(range(len(targets)))
    out = out.fillna({"baskets": 0, "sales": 0.0, "coupons": 0, "recency": lookback})
    out.index = targets.index
    return out


def asof_features__right_plain_python_again(tx, targets, lookback):
    """Dictionaries of lists; days as whole numbers."""
    day_of = lambda s: np.asarray(s, dtype="datetime64[D]").astype(int)  # noqa: E731
    lines = defaultdict(list)
    for h, b, d, s, c in zip(
        tx["household_id"], tx["basket_id"], day_of(tx["day"]), tx["sales_value"], tx["coupon_disc"]
    ):
        lines[h].append((d, b, s, c))
    columns = {"baskets": [], "sales": [], "coupons": [], "recency": []}
    for h, start in zip(targets["household_id"], day_of(targets["start_date"])):
        seen = [x for x in lines.get(h, ()) if start - lookback <= x[0] <= start - 1]
        columns["baskets"].append(len({b for _, b, _, _ in seen}))
        columns["sales"].append(math.fsum(s for _, _, s, _ in seen))
        columns["coupons"].append(sum(c > 0 for _, _, _, c in seen))
        columns["recency"].append(min((start - d for d, *_ in seen), default=lookback))
    return pd.DataFrame(columns, index=targets.index)


def asof_features__right_distinct_starts(tx, targets, lookback):
    """Computes each pair of household and start once, and looks the pairs up; floats throughout."""
    pairs = targets[["household_id", "start_date"]].drop_duplicates()
    m = pairs.merge(
        tx[["household_id", "basket_id", "day", "sales_value", "coupon_disc"]], on="household_id"
    )
    first, last = (
        m["start_date"] - pd.Timedelta(days=lookback),
        m["start_date"] - pd.Timedelta(days=1),
    )
    m = m[(m["day"] >= first) & (m["day"] <= last)].assign(used=lambda t: t["coupon_disc"] > 0)
    f = m.groupby(["household_id", "start_date"]).agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        last=("day", "max"),
    )
    f = f.reindex(pd.MultiIndex.from_frame(targets[["household_id", "start_date"]]))
    start = targets["start_date"].to_numpy()
    recency = (pd.Series(start) - f["last"].reset_index(drop=True)).dt.days.fillna(lookback)
    out = (
        f[["baskets", "sales", "coupons"]]
        .fillna(0)
        .astype(float)
        .reset_index(drop=True)
        .assign(recency=recency)
    )
    return out.set_axis(targets.index)


def _features(tx, targets, lookback, low=None, high=1, line=None):
    rows = (
        targets[["household_id", "start_date"]]
        .reset_index(drop=True)
        .rename_axis("row")
        .reset_index()
    )
    m = rows.merge(
        tx[["household_id", "basket_id", "day", "sales_value", "coupon_disc"]], on="household_id"
    )
    m["age"] = (m["start_date"] - m["day"]).dt.days
    m["used"] = m["coupon_disc"] > 0
    return rows, m


def asof_features__wrong_same_start_doubles(tx, targets, lookback):
    """Merges the lines with all rows of targets and groups by household and start: for a household with
    two rows of the same start each line is there twice, so sales and coupons are doubled."""
    m = targets[["household_id", "start_date"]].merge(
        tx[["household_id", "basket_id", "day", "sales_value", "coupon_disc"]], on="household_id"
    )
    m["age"] = (m["start_date"] - m["day"]).dt.days
    m = m[m["age"].between(1, lookback)]
    m["used"] = (m["coupon_disc"] > 0).astype(int)
    f = m.groupby(["household_id", "start_date"]).agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    f = f.reindex(pd.MultiIndex.from_frame(targets[["household_id", "start_date"]]))
    return f.fillna({"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback}).set_axis(
        targets.index
    )


def asof_features__wrong_equal_lines_dropped_once_more(tx, targets, lookback):
    """drop_duplicates on the lines: a product that was bought twice in a basket is counted once in sales
    and in coupons."""
    return asof_features__right_row_by_row(tx.drop_duplicates(), targets, lookback)


def asof_features__wrong_recency_fills_zero(tx, targets, lookback):
    """fillna(0) for all columns: a household that bought nothing in the window gets recency 0, as if it
    had just been there, instead of lookback."""
    rows, m = _features(tx, targets, lookback)
    m = m[m["age"].between(1, lookback)]
    f = m.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    return f.reindex(rows["row"]).fillna(0).set_axis(targets.index)


def asof_features__wrong_recency_of_whole_past(tx, targets, lookback):
    """Recency is taken from the whole past, counts from the window: a household with older purchases
    only gets its true, larger age instead of lookback."""
    rows, m = _features(tx, targets, lookback)
    past = m[m["age"] >= 1]
    g = past[past["age"] <= lookback].groupby("row")
    f = pd.DataFrame(
        {
            "baskets": g["basket_id"].nunique(),
            "sales": g["sales_value"].sum(),
            "coupons": g["used"].sum(),
        }
    )
    f = f.reindex(rows["row"]).fillna(0)
    f["recency"] = past.groupby("row")["age"].min().reindex(rows["row"]).fillna(lookback)
    return f.set_axis(targets.index)


def asof_features__wrong_recency_reads_start(tx, targets, lookback):
    """Recency comes from merge_asof, which by default accepts an exact match: a purchase on the day of
    the start gives recency 0. The counts are right."""
    out = asof_features__right_numbered_rows(tx, targets, lookback)
    left = (
        targets[["household_id", "start_date"]]
        .reset_index(drop=True)
        .rename_axis("row")
        .reset_index()
    )
    left = left.sort_values("start_date", kind="stable")
    right = tx[["household_id", "day"]].drop_duplicates().sort_values("day")
    m = pd.merge_asof(
        left,
        right,
        left_on="start_date",
        right_on="day",
        by="household_id",
        tolerance=pd.Timedelta(days=lookback),
    ).sort_values("row")
    out["recency"] = (m["start_date"] - m["day"]).dt.days.fillna(lookback).to_numpy()
    return out


def asof_features__wrong_grouped_by_index(tx, targets, lookback):
    """Uses the index of targets as the number of the row: two rows with the same label are summed into
    one, and both get the sum. Shows only where the index repeats a label."""
    rows = targets[["household_id", "start_date"]].rename_axis("row").reset_index()
    m = rows.merge(
        tx[["household_id", "basket_id", "day", "sales_value", "coupon_disc"]], on="household_id"
    )
    m["age"] = (m["start_date"] - m["day"]).dt.days
    m = m[m["age"].between(1, lookback)].assign(used=lambda t: t["coupon_disc"] > 0)
    f = m.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    return f.reindex(targets.index).fillna(
        {"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback}
    )


def asof_features__wrong_order_of_groups(tx, targets, lookback):
    """The groups come sorted by household and start, and get the index of targets by position: the rows
    are in another order than those of targets unless these were sorted."""
    rows = targets[["household_id", "start_date"]].assign(
        copy=targets.groupby(["household_id", "start_date"]).cumcount().to_numpy()
    )
    m = rows.merge(
        tx[["household_id", "basket_id", "day", "sales_value", "coupon_disc"]],
        on="household_id",
        how="left",
    )
    m["age"] = (m["start_date"] - m["day"]).dt.days
    ok = m["age"].between(1, lookback)
    m.loc[~ok, ["basket_id", "sales_value", "coupon_disc", "age"]] = np.nan
    m["used"] = m["coupon_disc"] > 0
    f = m.groupby(["household_id", "start_date", "copy"]).agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    return f.fillna({"recency": lookback}).set_axis(targets.index)


def asof_features__wrong_one_start_per_household(tx, targets, lookback):
    """Looks the start up by household: of two campaigns with different starts both rows get the features
    of the later row."""
    start_of = dict(zip(targets["household_id"], targets["start_date"]))
    one = targets.assign(start_date=targets["household_id"].map(start_of))
    return asof_features__right_row_by_row(tx, one, lookback)


def asof_features__wrong_names_collide(tx, targets, lookback):
    """Merges with every column of targets: when targets has a column ``day`` or ``sales_value`` too (other
    columns are to be ignored), pandas renames both and the names are not found."""
    rows = targets.reset_index(drop=True)
    rows["row"] = range(len(rows))
    m = rows.merge(tx, on="household_id")
    m["age"] = (m["start_date"] - m["day"]).dt.days
    m = m[m["age"].between(1, lookback)].assign(used=lambda t: t["coupon_disc"] > 0)
    f = m.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    f = f.reindex(range(len(rows))).fillna(
        {"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback}
    )
    return f.set_axis(targets.index)


def asof_features__wrong_coupon_of_basket(tx, targets, lookback):
    """Counts baskets with a coupon, not lines: two lines of one basket on which a coupon was used count
    as one."""
    rows, m = _features(tx, targets, lookback)
    m = m[m["age"].between(1, lookback)]
    b = m.groupby(["row", "basket_id"], as_index=False).agg(
        sales=("sales_value", "sum"), used=("used", "max"), age=("age", "min")
    )
    f = b.groupby("row").agg(
        baskets=("basket_id", "size"),
        sales=("sales", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    f = f.reindex(rows["row"]).fillna({"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback})
    return f.set_axis(targets.index)


def asof_features__wrong_oldest_day_missing(tx, targets, lookback):
    """age < lookback instead of <=: the day start_date - lookback is left out."""
    rows, m = _features(tx, targets, lookback)
    m = m[(m["age"] > 0) & (m["age"] < lookback)]
    f = m.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    f = f.reindex(rows["row"]).fillna({"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback})
    return f.set_axis(targets.index)


# ---------------------------------------------------------------------------------- kill_asof


def _history():
    rows = [
        # household, basket, day, sales, coupon
        (1, 10, "2017-04-07", 9.0, 0.5),
        (1, 11, "2017-04-08", 4.0, 0.0),
        (1, 12, "2017-05-07", 2.5, 0.5),
        (1, 12, "2017-05-07", 2.5, 0.5),
        (1, 13, "2017-05-07", 1.0, 0.0),
        (1, 14, "2017-05-08", 7.0, 1.0),
        (1, 15, "2017-05-20", 3.0, 0.25),
        (2, 20, "2017-03-01", 5.0, 0.5),
        (3, 30, "2017-05-01", 6.0, 0.0),
        (3, 31, "2017-05-03", 8.0, 2.0),
        (4, 40, "2017-06-01", 8.0, 2.0),
        (7, 70, "2017-05-02", 99.0, 2.0),
    ]
    tx = pd.DataFrame(
        rows, columns=["household_id", "basket_id", "day", "sales_value", "coupon_disc"]
    )
    tx["day"] = pd.to_datetime(tx["day"])
    t = [
        (3, "2017-05-08"),
        (1, "2017-06-01"),
        (2, "2017-05-08"),
        (1, "2017-05-08"),
        (9, "2017-05-08"),
        (1, "2017-05-08"),
        (4, "2017-05-08"),
    ]
    targets = pd.DataFrame(t, columns=["household_id", "start_date"], index=[5, 3, 5, 0, 8, 1, 3])
    targets["start_date"] = pd.to_datetime(targets["start_date"])
    want = pd.DataFrame(
        [
            (2, 14.0, 1, 5),
            (4, 16.0, 4, 12),
            (0, 0.0, 0, 30),
            (3, 10.0, 2, 1),
            (0, 0.0, 0, 30),
            (3, 10.0, 2, 1),
            (0, 0.0, 0, 30),
        ],
        columns=["baskets", "sales", "coupons", "recency"],
        index=targets.index,
    )
    return tx, targets, want


def kill_asof__right_table_by_hand(fn):
    """A table worked out by hand, read by the names of the columns."""
    tx, targets, want = _history()
    got = fn(tx, targets, 30)
    return (
        set(got.columns) == set(want.columns)
        and list(got.index) == list(want.index)
        and all(np.allclose(got[c].to_numpy(float), want[c].to_numpy(float)) for c in want)
    )


def kill_asof__right_against_reference(fn):
    """Compares with a slow reference on random histories."""
    rng = np.random.default_rng(5)
    for trial in range(12):
        n = 60
        basket = rng.integers(0, 25, n)
        household = basket % 4
        day = pd.Timestamp("2017-05-01") + pd.to_timedelta((basket * 7) % 23, unit="D")
        tx = pd.DataFrame({"household_id": household, "basket_id": basket, "day": day})
        tx["sales_value"] = rng.integers(0, 3, n) / 4
        tx["coupon_disc"] = rng.integers(0, 2, n) / 2
        m = 9
        targets = pd.DataFrame(
            {
                "household_id": rng.integers(0, 6, m),
                "start_date": pd.Timestamp("2017-05-10")
                + pd.to_timedelta(rng.integers(0, 12, m), unit="D"),
                "campaign_id": rng.integers(0, 6, m),
            },
            index=rng.integers(0, 5, m),
        )
        lookback = int(rng.integers(1, 12))
        want = asof_features__right_plain_python_again(tx, targets, lookback)
        got = fn(tx.copy(), targets.copy(), lookback)
        if list(got.index) != list(targets.index) or sorted(got.columns) != sorted(want.columns):
            return False
        if not np.allclose(got[want.columns].to_numpy(float), want.to_numpy(float)):
            return False
    return True


def kill_asof__right_assert_frame(fn):
    """assert_frame_equal with a free order of columns and free types; an AssertionError rejects."""
    tx, targets, want = _history()
    for lookback in (30,):
        got = fn(tx.copy(), targets.copy(), lookback)
        pd.testing.assert_frame_equal(got, want, check_like=False, check_dtype=False) if list(
            got.columns
        ) == list(want.columns) else pd.testing.assert_frame_equal(
            got[list(want.columns)], want, check_dtype=False
        )
        assert got.shape[1] == 4
    return True


def kill_asof__wrong_only_the_example(fn):
    """Tests only the docstring's example, on which all wrong versions are right."""
    days = pd.to_datetime(["2017-04-07", "2017-05-01", "2017-05-01", "2017-05-08"])
    tx = pd.DataFrame({"household_id": 1, "basket_id": [10, 11, 11, 12], "day": days})
    tx = tx.assign(sales_value=[9.0, 2.0, 3.0, 7.0], coupon_disc=[0.0, 0.5, 0.0, 1.0])
    start = pd.Timestamp("2017-05-08")
    targets = pd.DataFrame({"household_id": [1, 2], "start_date": [start, start]})
    got = fn(tx, targets, 30)[["baskets", "sales", "coupons", "recency"]]
    return bool(np.allclose(got.to_numpy(float), [[1, 5, 1, 7], [0, 0, 0, 30]]))


def kill_asof__wrong_columns_by_position_again(fn):
    """Compares by position: a right version that returns its columns in another order is rejected, and
    the docstring says that it must not be."""
    tx, targets, want = _history()
    got = fn(tx, targets, 30)
    return list(got.index) == list(targets.index) and bool(
        np.allclose(got.to_numpy(float), want.to_numpy(float))
    )


def kill_asof__wrong_types_demanded(fn):
    """DataFrame.equals compares types too: right versions that return counts as floats are rejected."""
    tx, targets, want = _history()
    want = want.astype({"baskets": "int64", "coupons": "int64", "recency": "int64"})
    return bool(fn(tx, targets, 30)[list(want.columns)].equals(want))


def kill_asof__wrong_any_for_all(fn):
    """Accepts when any column is right; it has to be all of them. Most mistakes leave one column right."""
    tx, targets, want = _history()
    got = fn(tx, targets, 30)
    return any(np.allclose(got[c].to_numpy(float), want[c].to_numpy(float)) for c in want)


def kill_asof__wrong_one_row_each(fn):
    """Tests the ends of the window with one row for each household and index 0, 1, 2: mistakes with two
    starts, the same start twice, repeated labels or equal lines stay hidden."""
    tx, _, _ = _history()
    tx = tx.drop_duplicates()
    targets = pd.DataFrame({"household_id": [1, 2, 3], "start_date": pd.Timestamp("2017-05-08")})
    got = fn(tx, targets, 30)
    want = {
        "baskets": [3, 0, 2],
        "sales": [7.5, 0, 14],
        "coupons": [1, 0, 1],
        "recency": [1, 30, 5],
    }
    return all(np.allclose(got[c].to_numpy(float), v) for c, v in want.items())


def kill_asof__wrong_values_sorted(fn):
    """Sorts each column before it compares: rows in the wrong order, and rows that got another row's
    features, pass, and the labels of the index are never looked at."""
    tx, _, _ = _history()
    targets = pd.DataFrame(
        {"household_id": [3, 2, 1], "start_date": pd.Timestamp("2017-05-08")}, index=[4, 4, 2]
    )
    got = fn(tx, targets, 30)
    want = {"baskets": [0, 2, 3], "sales": [0, 10, 14], "coupons": [0, 1, 2], "recency": [1, 5, 30]}
    return all(np.allclose(np.sort(got[c].to_numpy(float)), v) for c, v in want.items())


def kill_asof__wrong_exact_cents(fn):
    """Compares sums of cents with ==: right versions that add lines in another order (basket by basket, or
    with fsum) differ in the last binary digit and are rejected."""
    tx, targets, want = _history()
    extra = pd.DataFrame(
        {
            "household_id": 3,
            "basket_id": [30, 31, 31, 30],
            "day": pd.to_datetime(["2017-05-01", "2017-05-03", "2017-05-03", "2017-05-01"]),
        }
    ).assign(sales_value=[0.1, 0.2, 0.3, 0.7], coupon_disc=0.0)
    tx = pd.concat([tx[tx["household_id"] != 3], extra], ignore_index=True)
    got = fn(tx, targets, 30)
    if list(got.index) != list(targets.index):
        return False
    return float(got["sales"].iloc[0]) == 0.1 + 0.2 + 0.3 + 0.7 and all(
        got[c].iloc[1:].tolist() == want[c].iloc[1:].tolist() for c in want
    )


def kill_asof__wrong_basket_on_two_days(fn):
    """Its history has one basket on two days, which the contract excludes: right versions that sum up
    each basket first, and take its one day, are rejected."""
    tx, targets, want = _history()
    tx.loc[1, "basket_id"] = 12
    got = fn(tx, targets, 30)
    want = want.copy()
    want.loc[want["baskets"] == 3, "baskets"] = 2
    want.loc[want["baskets"] == 4, "baskets"] = 4
    return list(got.index) == list(want.index) and all(
        np.allclose(got[c].to_numpy(float), want[c].to_numpy(float)) for c in want
    )


def kill_asof__wrong_no_verdict(fn):
    """Forgets to return True at the end: None is not a verdict of "right", so right versions are
    rejected."""
    tx, targets, want = _history()
    got = fn(tx, targets, 30)
    for c in want:
        if not np.allclose(got[c].to_numpy(float), want[c].to_numpy(float)):
            return False


# ---------------------------------------------------------------------------------- ece_floor


def ece_floor__right_sort_once(p, u, bins):
    """Sort once, cut once, all simulations at a time."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    order = np.argsort(p, kind="stable")
    gap = ((u < p)[:, order]).astype(float) - p[order]
    ece = np.zeros(len(u))
    for part in np.array_split(gap, bins, axis=1):
        ece += np.abs(part.sum(axis=1))
    ece /= len(p)
    return float(ece.mean()), float(np.quantile(ece, 0.95))


def _calibration_error(y, p, bins):
    order = np.argsort(p, kind="stable")
    total = 0.0
    for rows in np.array_split(order, min(bins, len(p))):
        total += len(rows) / len(p) * abs(p[rows].mean() - y[rows].mean())
    return total


def ece_floor__right_one_simulation_at_a_time(p, u, bins):
    """A loop over simulations."""
    p = np.asarray(p, float)
    errors = [
        _calibration_error((np.asarray(row) < p).astype(float), p, bins) for row in np.asarray(u)
    ]
    return np.mean(errors), np.quantile(errors, 0.95)


def ece_floor__right_groupby(p, u, bins):
    """pandas: the number of the bin from the rank, larger bins first."""
    p, u = pd.Series(np.asarray(p, float)), pd.DataFrame(np.asarray(u, float))
    n = len(p)
    bins = min(bins, n)
    size, extra = divmod(n, bins)
    number = np.repeat(np.arange(bins), [size + (b < extra) for b in range(bins)])
    order = p.sort_values(kind="stable").index
    bin_of = pd.Series(number, index=order).sort_index()
    y = (u.lt(p, axis="columns")).astype(float).T
    gap = y.sub(p, axis="index").groupby(bin_of).sum().abs().sum() / n
    return gap.mean(), gap.quantile(0.95)


def ece_floor__right_exact_fractions(p, u, bins):
    """Plain Python, with exact fractions until the end."""
    p = [float(x) for x in p]
    n = len(p)
    order = sorted(range(n), key=p.__getitem__)
    cuts, at = [], 0
    for b in range(min(bins, n)):
        size = n // min(bins, n) + (b < n % min(bins, n))
        cuts.append(order[at : at + size])
        at += size
    errors = []
    for row in np.asarray(u).tolist():
        e = sum(abs(sum(Fraction(p[i]) - (row[i] < p[i]) for i in rows)) for rows in cuts) / n
        errors.append(float(e))
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_less_or_equal_again(p, u, bins):
    """u <= p instead of <: a customer redeems where u equals p. Shows on ties only, as with p = 0 and
    u = 0, where nobody may redeem."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = [_calibration_error((row <= p).astype(float), p, bins) for row in u]
    return np.mean(e), np.quantile(e, 0.95)


def ece_floor__wrong_unstable_sort(p, u, bins):
    """argsort without kind="stable": customers with equal p do not stay in their order and may fall into
    other bins. Shows with many ties and more than a few customers."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    order = np.argsort(p)
    e = []
    for row in u:
        y = (row < p).astype(float)
        e.append(
            sum(
                len(r) / len(p) * abs(p[r].mean() - y[r].mean())
                for r in np.array_split(order, min(bins, len(p)))
            )
        )
    return np.mean(e), np.quantile(e, 0.95)


def ece_floor__wrong_highest_first(p, u, bins):
    """Sorts from the highest p down: the larger bins are then the highest ones, not the lowest. Shows
    where bins does not divide n, and with equal p."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    order = np.argsort(-p, kind="stable")
    e = []
    for row in u:
        y = (row < p).astype(float)
        e.append(
            sum(
                len(r) / len(p) * abs(p[r].mean() - y[r].mean())
                for r in np.array_split(order, min(bins, len(p)))
            )
        )
    return np.mean(e), np.quantile(e, 0.95)


def ece_floor__wrong_larger_bins_last(p, u, bins):
    """Cuts at int(n * b / bins): the sizes differ by at most one, but larger bins do not come first.
    Shows where bins does not divide n."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    order, n = np.argsort(p, kind="stable"), len(p)
    k = min(bins, n)
    cut = [n * b // k for b in range(k + 1)]
    e = []
    for row in u:
        gap = p[order] - (row < p)[order]
        e.append(sum(abs(gap[a:b].sum()) for a, b in zip(cut, cut[1:])) / n)
    return np.mean(e), np.quantile(e, 0.95)


def ece_floor__wrong_unweighted(p, u, bins):
    """The plain mean of the gaps, not weighted by the size of the bin. Shows where bins does not divide
    n."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    order = np.argsort(p, kind="stable")
    e = []
    for row in u:
        y = (row < p).astype(float)
        e.append(
            np.mean(
                [abs(p[r].mean() - y[r].mean()) for r in np.array_split(order, min(bins, len(p)))]
            )
        )
    return np.mean(e), np.quantile(e, 0.95)


def ece_floor__wrong_empty_bins(p, u, bins):
    """Does not limit the number of bins: with fewer customers than bins array_split returns empty parts,
    whose mean is NaN."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    order = np.argsort(p, kind="stable")
    e = []
    with np.errstate(all="ignore"):
        for row in u:
            y = (row < p).astype(float)
            e.append(
                sum(
                    len(r)
                    / len(p)
                    * abs(p[r].sum() / np.float64(len(r)) - y[r].sum() / np.float64(len(r)))
                    for r in np.array_split(order, bins)
                )
            )
    return np.mean(e), np.quantile(e, 0.95)


def ece_floor__wrong_square_broadcast(p, u, bins):
    """Compares u with p as a column: each simulation gets the p of one customer. Works without an error
    only where there are as many simulations as customers, or one, and is wrong there; else it raises."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    redeemed = (u < p[:, None]).astype(float)
    e = [_calibration_error(y, p, bins) for y in redeemed]
    return np.mean(e), np.quantile(e, 0.95)


def ece_floor__wrong_ties_in_one_bin(p, u, bins):
    """pd.qcut keeps equal p in one bin and drops repeated edges: the bins have unequal counts. Shows
    where p has ties."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    code = pd.qcut(
        pd.Series(p).rank(method="min"), min(bins, len(p)), labels=False, duplicates="drop"
    ).to_numpy()
    e = []
    for row in u:
        gap = p - (row < p)
        e.append(sum(abs(gap[code == c].sum()) for c in np.unique(code)) / len(p))
    return np.mean(e), np.quantile(e, 0.95)


def ece_floor__wrong_mean_before_error(p, u, bins):
    """Averages the outcomes of all simulations first and computes one error of the average for the mean:
    chance cancels, so the floor is much too small. Right only with a single simulation."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = [_calibration_error((row < p).astype(float), p, bins) for row in u]
    return _calibration_error((u < p).mean(axis=0), p, bins), np.quantile(e, 0.95)


def ece_floor__wrong_observed_percentile(p, u, bins):
    """Takes the element at 95 % of the sorted errors, without interpolation, for the percentile:
    numpy.quantile interpolates by default."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = sorted(_calibration_error((row < p).astype(float), p, bins) for row in u)
    return float(np.mean(e)), float(e[min(int(0.95 * len(e)), len(e) - 1)])


def ece_floor__wrong_labels_of_series(p, u, bins):
    """Keeps p as a Series and takes p[rows], which looks rows up by label: right for the labels 0, 1, 2,
    ..., other customers' promises where the labels are in another order."""
    p, u = pd.Series(p), np.asarray(u, float)
    order = np.argsort(p.to_numpy(), kind="stable")
    e = []
    for row in u:
        y = (row < p.to_numpy()).astype(float)
        e.append(
            sum(
                len(r) / len(p) * abs(p[r].mean() - y[r].mean())
                for r in np.array_split(order, min(bins, len(p)))
            )
        )
    return np.mean(e), np.quantile(e, 0.95)


TRUE |= {
    "build_labels__wrong_first_coupon_only": ("one_coupon_decides",),
    "build_labels__wrong_latest_coupon_only": ("one_coupon_decides",),
    "build_labels__wrong_two_isin": ("redeemed_in_any_campaign",),
    "build_labels__wrong_loc_by_label": ("labels_joined_by_index",),
    "build_labels__wrong_sorted_by_group": ("rows_sorted",),
    "build_labels__wrong_right_end_open": ("last_day_left_out",),
    "asof_features__wrong_same_start_doubles": ("equal_rows_added_up",),
    "asof_features__wrong_equal_lines_dropped_once_more": ("doubled_lines_merged",),
    "asof_features__wrong_recency_fills_zero": ("recency_zero_when_silent",),
    "asof_features__wrong_recency_of_whole_past": ("older_recency_kept",),
    "asof_features__wrong_grouped_by_index": ("matched_by_label",),
    "asof_features__wrong_order_of_groups": ("rows_in_another_order",),
    "asof_features__wrong_one_start_per_household": ("households_for_rows",),
    "asof_features__wrong_coupon_of_basket": ("baskets_with_coupons",),
    "asof_features__wrong_oldest_day_missing": ("oldest_day_left_out",),
    "kill_asof__wrong_only_the_example": ("accepts_any_features",),
    "kill_asof__wrong_columns_by_position_again": ("floats_in_one_order",),
    "kill_asof__wrong_types_demanded": ("floats_in_one_order",),
    "kill_asof__wrong_values_sorted": ("one_start_only",),
    "kill_asof__wrong_exact_cents": ("floats_in_one_order",),
    "ece_floor__wrong_less_or_equal_again": ("redeems_at_p",),
    "ece_floor__wrong_larger_bins_last": ("errors_of_other_bins",),
    "ece_floor__wrong_unweighted": ("errors_without_weights",),
    "ece_floor__wrong_observed_percentile": ("not_interpolated",),
}


# ---- Twelfth bank

# ---------------------------------------------------------------- break_persona


def break_persona__right_one_each(defect):
    # household 1 gets campaign 9, which starts today (day 20)
    today = 20
    start = (1, 9, 20, 30)
    if defect == "coupons_counted":
        return [(1, 1, 1, 5), start], [(1, 1, 2), (1, 1, 3)], today
    if defect == "future_known":
        return [start, (1, 2, 25, 40)], [], today
    if defect == "unfinished_campaigns":
        return [(1, 1, 10, 25), start], [], today
    if defect == "any_campaign":
        return [(1, 1, 1, 5), (1, 2, 6, 10), start], [(1, 1, 2)], today
    if defect == "newcomers_dropped":
        return [start], [], today
    if defect == "last_day_forgotten":
        return [(1, 1, 10, 19), start], [], today
    raise ValueError(defect)


def break_persona__right_one_for_all_anew(defect):
    """One history in which all six slips show."""
    today = 100
    sent = [
        (1, 1, 80, 90),
        (1, 2, 85, 99),  # ended yesterday
        (1, 3, 95, 120),  # running
        (1, 4, 100, 130),  # starts today
        (1, 5, 110, 140),  # later
        (2, 4, 100, 130),  # newcomer
    ]
    redeemed = [(1, 1, 80), (1, 1, 90), (1, 5, 111)]
    return sent, redeemed, today


def _bp_profile_once_more(sent, redeemed, today, defect=None):
    rows = {}
    for h in sorted({h for h, _, a, _ in sent if a == today}):
        ended = [c for g, c, _, b in sent if g == h and b < today]
        if defect == "last_day_forgotten":
            ended = [c for g, c, _, b in sent if g == h and b < today - 1]
        if defect == "unfinished_campaigns":
            ended = [c for g, c, a, _ in sent if g == h and a < today]
        if defect == "future_known":
            ended += [c for g, c, a, _ in sent if g == h and a > today]
        mine = [c for g, c, _ in redeemed if g == h and c in ended]
        n = len(set(mine))
        if defect == "coupons_counted":
            n = len(mine)
        if defect == "any_campaign":
            n = len(ended) if any(g == h for g, _, _ in redeemed) else 0
        if defect == "newcomers_dropped" and not ended:
            continue
        rows[h] = [h, len(ended), n]
    return list(rows.values())


def break_persona__right_search_once_more(defect):
    rng = np.random.default_rng(5)
    while True:
        days = {c: sorted(rng.integers(-3, 8, 2).tolist()) for c in range(4)}
        days[0][0], days[0][1] = 3, max(3, days[0][1])
        pairs = [(h, c) for h in (7, 11) for c in range(4) if rng.random() < 0.6]
        sent = [(h, c, *days[c]) for h, c in pairs]
        redeemed = []
        for h, c in pairs:
            for _ in range(rng.integers(0, 2)):
                redeemed.append((h, c, int(rng.integers(days[c][0], days[c][1] + 1))))
        redeemed += redeemed[:1]
        if not any(a == 3 for _, _, a, _ in sent) or len(redeemed) > 8:
            continue
        # not with a coupon of an unfinished campaign, whose treatment the text leaves open
        if any(days[c][1] >= 3 for _, c, _ in redeemed):
            continue
        if _bp_profile_once_more(sent, redeemed, 3) != _bp_profile_once_more(
            sent, redeemed, 3, defect
        ):
            return sent, redeemed, 3


def break_persona__wrong_ends_today_once_again(defect):
    """last_day_forgotten: the campaign ends today, so neither version counts it."""
    if defect == "last_day_forgotten":
        return [(1, 1, 10, 20), (1, 9, 20, 30)], [], 20
    return break_persona__right_one_each(defect)


def break_persona__wrong_one_campaign_only(defect):
    """any_campaign: only one campaign has ended and it was redeemed, so both say 1."""
    if defect == "any_campaign":
        return [(1, 1, 1, 5), (1, 9, 20, 30)], [(1, 1, 2)], 20
    return break_persona__right_one_each(defect)


def break_persona__wrong_two_households_once_more(defect):
    """coupons_counted: the two coupons belong to two households, one each."""
    if defect == "coupons_counted":
        sent = [(1, 1, 1, 5), (2, 1, 1, 5), (1, 9, 20, 30), (2, 9, 20, 30)]
        return sent, [(1, 1, 2), (2, 1, 3)], 20
    return break_persona__right_one_each(defect)


def break_persona__wrong_newcomer_not_sent_today_once_again(defect):
    """newcomers_dropped: the newcomer is only in a running campaign, so it has no row anyway."""
    if defect == "newcomers_dropped":
        return [(1, 1, 1, 5), (1, 9, 20, 30), (2, 3, 15, 25)], [], 20
    return break_persona__right_one_each(defect)


def break_persona__wrong_pair_twice_once_more(defect):
    """coupons_counted: sends the same campaign twice to a household (a pair may occur once only)."""
    if defect == "coupons_counted":
        return [(1, 1, 1, 5), (1, 1, 1, 5), (1, 9, 20, 30)], [(1, 1, 2), (1, 1, 3)], 20
    return break_persona__right_one_each(defect)


def break_persona__wrong_coupon_outside_campaign(defect):
    """future_known: redeems a coupon of an ended campaign after its last day: not allowed."""
    if defect == "future_known":
        return [(1, 1, 1, 5), (1, 9, 20, 30)], [(1, 1, 21)], 20
    return break_persona__right_one_each(defect)


def break_persona__wrong_days_differ(defect):
    """unfinished_campaigns: campaign 1 has other days for household 2: not allowed."""
    if defect == "unfinished_campaigns":
        return [(1, 1, 10, 25), (2, 1, 10, 15), (1, 9, 20, 30), (2, 9, 20, 30)], [], 20
    return break_persona__right_one_each(defect)


def break_persona__wrong_nothing_starts_today_once_more(defect):
    """last_day_forgotten: today is the day after the end, but no campaign starts today."""
    if defect == "last_day_forgotten":
        return [(1, 1, 10, 19), (1, 9, 21, 30)], [], 20
    return break_persona__right_one_each(defect)


def break_persona__wrong_future_of_other_household_once_more(defect):
    """future_known: the later campaign is sent to a household that has no row today."""
    if defect == "future_known":
        return [(1, 1, 1, 5), (1, 9, 20, 30), (2, 3, 25, 40)], [(2, 3, 26)], 20
    return break_persona__right_one_each(defect)


def break_persona__wrong_nine_rows(defect):
    """Right idea, but nine rows in sent for any_campaign."""
    if defect == "any_campaign":
        sent = [(1, c, c, c + 1) for c in range(1, 9)] + [(1, 9, 20, 30)]
        return sent, [(1, 1, 2)], 20
    return break_persona__right_one_each(defect)


# ---------------------------------------------------------------- build_labels


def build_labels__right_loop(campaigns, desc, redemptions):
    days = {
        c: (a, b)
        for c, a, b in zip(desc["campaign_id"], desc["start_date"], desc["end_date"], strict=True)
    }
    good = set()
    for h, c, d in zip(
        redemptions["household_id"],
        redemptions["campaign_id"],
        redemptions["redemption_date"],
        strict=True,
    ):
        if c in days and days[c][0] <= d <= days[c][1]:
            good.add((h, c))
    out = campaigns[["household_id", "campaign_id"]].copy()
    pairs = zip(campaigns["household_id"], campaigns["campaign_id"], strict=True)
    out["y"] = [int(pair in good) for pair in pairs]
    return out


def build_labels__right_merge_once_again(campaigns, desc, redemptions):
    inside = redemptions.merge(desc, on="campaign_id")
    ok = (inside["redemption_date"] >= inside["start_date"]) & (
        inside["redemption_date"] <= inside["end_date"]
    )
    hits = inside.loc[ok, ["household_id", "campaign_id"]].drop_duplicates().assign(y=1)
    out = campaigns[["household_id", "campaign_id"]].merge(
        hits, on=["household_id", "campaign_id"], how="left"
    )
    out["y"] = out["y"].fillna(0).astype(int)
    return out


def build_labels__right_multiindex_once_again(campaigns, desc, redemptions):
    d = desc.set_index("campaign_id")
    first = redemptions["campaign_id"].map(d["start_date"])
    last = redemptions["campaign_id"].map(d["end_date"])
    kept = redemptions[redemptions["redemption_date"].between(first, last)]
    key = ["household_id", "campaign_id"]
    out = campaigns[key].reset_index(drop=True)
    found = pd.MultiIndex.from_frame(out).isin(pd.MultiIndex.from_frame(kept[key]))
    return out.assign(y=found.astype(int))


def build_labels__wrong_end_exclusive(campaigns, desc, redemptions):
    """The last day does not count: a coupon redeemed on end_date gives 0."""
    inside = redemptions.merge(desc, on="campaign_id")
    ok = (inside["redemption_date"] >= inside["start_date"]) & (
        inside["redemption_date"] < inside["end_date"]
    )
    hits = inside.loc[ok, ["household_id", "campaign_id"]].drop_duplicates().assign(y=1)
    out = campaigns.merge(hits, on=["household_id", "campaign_id"], how="left")
    out["y"] = out["y"].fillna(0).astype(int)
    return out


def build_labels__wrong_no_lower_bound(campaigns, desc, redemptions):
    """Only the end is checked: a coupon redeemed the day before start_date gives 1."""
    inside = redemptions.merge(desc, on="campaign_id")
    hits = inside[inside["redemption_date"] <= inside["end_date"]]
    hits = hits[["household_id", "campaign_id"]].drop_duplicates().assign(y=1)
    out = campaigns.merge(hits, on=["household_id", "campaign_id"], how="left")
    out["y"] = out["y"].fillna(0).astype(int)
    return out


def build_labels__wrong_last_redemption_only(campaigns, desc, redemptions):
    """Only the last coupon of a pair is looked at: one in time and one too late gives 0."""
    last = redemptions.groupby(["household_id", "campaign_id"], as_index=False)[
        "redemption_date"
    ].max()
    out = campaigns.merge(last, on=["household_id", "campaign_id"], how="left")
    out = out.merge(desc, on="campaign_id", how="left")
    out["y"] = out["redemption_date"].between(out["start_date"], out["end_date"]).astype(int)
    return out


def build_labels__wrong_first_redemption_only(campaigns, desc, redemptions):
    """Only the first row of a pair is kept: one coupon too early, then one in time, gives 0."""
    first = redemptions.drop_duplicates(["household_id", "campaign_id"])
    out = campaigns.merge(first, on=["household_id", "campaign_id"], how="left")
    out = out.merge(desc, on="campaign_id", how="left")
    out["y"] = out["redemption_date"].between(out["start_date"], out["end_date"]).astype(int)
    return out


def build_labels__wrong_any_campaign_once_more(campaigns, desc, redemptions):
    """Joined on the household alone: a coupon of campaign 7 in the days of campaign 8 labels 8."""
    both = campaigns.merge(desc, on="campaign_id").merge(
        redemptions[["household_id", "redemption_date"]], on="household_id"
    )
    ok = both["redemption_date"].between(both["start_date"], both["end_date"])
    hits = set(zip(both.loc[ok, "household_id"], both.loc[ok, "campaign_id"], strict=True))
    out = campaigns.copy()
    pairs = zip(campaigns["household_id"], campaigns["campaign_id"], strict=True)
    out["y"] = [int(p in hits) for p in pairs]
    return out


def build_labels__wrong_separate_isin(campaigns, desc, redemptions):
    """isin on each column: 1 redeems 8, 2 redeems 9, then (1, 9) is labelled 1 as well."""
    inside = redemptions.merge(desc, on="campaign_id")
    inside = inside[inside["redemption_date"].between(inside["start_date"], inside["end_date"])]
    out = campaigns.copy()
    out["y"] = (
        out["household_id"].isin(inside["household_id"])
        & out["campaign_id"].isin(inside["campaign_id"])
    ).astype(int)
    return out


def build_labels__wrong_rows_multiplied(campaigns, desc, redemptions):
    """Duplicates dropped with the date in the key: coupons on two days give two rows."""
    inside = redemptions.merge(desc, on="campaign_id")
    inside = inside[inside["redemption_date"].between(inside["start_date"], inside["end_date"])]
    hits = inside[["household_id", "campaign_id", "redemption_date"]].drop_duplicates()
    out = campaigns.merge(hits, on=["household_id", "campaign_id"], how="left")
    out["y"] = out["redemption_date"].notna().astype(int)
    return out


def build_labels__wrong_sorted_rows(campaigns, desc, redemptions):
    """Grouped at the end: the rows come back sorted and not in the order of campaigns."""
    inside = redemptions.merge(desc, on="campaign_id")
    inside = inside[inside["redemption_date"].between(inside["start_date"], inside["end_date"])]
    hits = inside[["household_id", "campaign_id"]].assign(y=1)
    out = campaigns[["household_id", "campaign_id"]].merge(hits, how="left")
    return (
        out.groupby(["household_id", "campaign_id"])["y"].max().fillna(0).astype(int).reset_index()
    )


def build_labels__wrong_aligned_by_index(campaigns, desc, redemptions):
    """y is put back by index label: wrong where the index of campaigns is not 0, 1, 2, ..."""
    inside = redemptions.merge(desc, on="campaign_id")
    inside = inside[inside["redemption_date"].between(inside["start_date"], inside["end_date"])]
    hits = inside[["household_id", "campaign_id"]].drop_duplicates().assign(y=1)
    joined = campaigns[["household_id", "campaign_id"]].merge(hits, how="left")
    out = campaigns.copy()
    out["y"] = joined["y"]
    out["y"] = out["y"].fillna(0).astype(int)
    return out


def build_labels__wrong_unsent_added(campaigns, desc, redemptions):
    """Outer join: a household that redeemed without being sent the campaign gets a row."""
    inside = redemptions.merge(desc, on="campaign_id")
    inside = inside[inside["redemption_date"].between(inside["start_date"], inside["end_date"])]
    hits = inside[["household_id", "campaign_id"]].drop_duplicates()
    out = campaigns[["household_id", "campaign_id"]].copy()
    pairs = set(zip(hits["household_id"], hits["campaign_id"], strict=True))
    mine = list(zip(out["household_id"], out["campaign_id"], strict=True))
    out["y"] = [int(p in pairs) for p in mine]
    extra = hits[
        [p not in set(mine) for p in zip(hits["household_id"], hits["campaign_id"], strict=True)]
    ]
    return pd.concat([out, extra.assign(y=1)], ignore_index=True)


def build_labels__wrong_households_once(campaigns, desc, redemptions):
    """The label is mapped by household: one that redeemed campaign 8 is 1 in campaign 9 as well."""
    inside = redemptions.merge(desc, on="campaign_id")
    inside = inside[inside["redemption_date"].between(inside["start_date"], inside["end_date"])]
    out = campaigns.copy()
    out["y"] = out["household_id"].isin(inside["household_id"]).astype(int)
    return out


# ---------------------------------------------------------------- asof_features

_FOUR = ["baskets", "sales", "coupons", "recency"]


def asof_features__right_loop_once_again(tx, targets, lookback):
    lines = defaultdict(list)
    for h, b, d, s, c in zip(
        tx["household_id"],
        tx["basket_id"],
        tx["day"],
        tx["sales_value"],
        tx["coupon_disc"],
        strict=True,
    ):
        lines[h].append((d, b, s, c))
    rows = []
    for h, start in zip(targets["household_id"], targets["start_date"], strict=True):
        seen = [x for x in lines.get(h, []) if 1 <= (start - x[0]).days <= lookback]
        recency = (start - max(x[0] for x in seen)).days if seen else lookback
        rows.append(
            (
                float(len({x[1] for x in seen})),
                float(sum(x[2] for x in seen)),
                float(sum(x[3] > 0 for x in seen)),
                float(recency),
            )
        )
    return pd.DataFrame(rows, columns=_FOUR, index=targets.index)


def asof_features__right_merge_once_again(tx, targets, lookback):
    per_basket = (
        tx.assign(coupons=(tx["coupon_disc"] > 0).astype(float))
        .groupby(["household_id", "basket_id", "day"], as_index=False)
        .agg(sales=("sales_value", "sum"), coupons=("coupons", "sum"))
    )
    rows = targets[["household_id", "start_date"]].reset_index(drop=True)
    rows["row"] = np.arange(len(rows))
    both = rows.merge(per_basket, on="household_id")
    both["age"] = (both["start_date"] - both["day"]).dt.days
    both = both[both["age"].between(1, lookback)]
    out = both.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales", "sum"),
        coupons=("coupons", "sum"),
        recency=("age", "min"),
    )
    out = out.reindex(np.arange(len(rows)))
    out = out.fillna({"baskets": 0.0, "sales": 0.0, "coupons": 0.0, "recency": float(lookback)})
    out.index = targets.index
    return out[_FOUR]


def asof_features__right_numpy_mask(tx, targets, lookback):
    household = tx["household_id"].to_numpy()
    basket = tx["basket_id"].to_numpy()
    day = tx["day"].to_numpy()
    sales, used = tx["sales_value"].to_numpy(), tx["coupon_disc"].to_numpy() > 0
    out = np.zeros((len(targets), 4))
    for i, (h, start) in enumerate(
        zip(targets["household_id"].to_numpy(), targets["start_date"].to_numpy(), strict=True)
    ):
        here = (household == h) & (day < start) & (day >= start - np.timedelta64(lookback, "D"))
        out[i] = len(np.unique(basket[here])), sales[here].sum(), used[here].sum(), lookback
        if here.any():
            out[i, 3] = (start - day[here].max()) / np.timedelta64(1, "D")
    return pd.DataFrame(out, index=targets.index, columns=_FOUR)


def asof_features__right_searchsorted(tx, targets, lookback):
    """Sorted once per household; a window is a slice."""
    ordered = tx.sort_values("day", kind="stable")
    groups = {h: g for h, g in ordered.groupby("household_id")}
    records = []
    for h, start in zip(targets["household_id"], targets["start_date"], strict=True):
        record = dict(zip(_FOUR, (0, 0.0, 0, lookback), strict=True))
        if h in groups:
            g = groups[h]
            a, b = g["day"].searchsorted([start - pd.Timedelta(days=lookback), start])
            part = g.iloc[a:b]
            if len(part):
                record = {
                    "baskets": part["basket_id"].nunique(),
                    "sales": part["sales_value"].sum(),
                    "coupons": int((part["coupon_disc"] > 0).sum()),
                    "recency": (start - part["day"].iloc[-1]).days,
                }
        records.append(record)
    return pd.DataFrame.from_records(records, columns=_FOUR, index=targets.index)


def _asof_once_more(tx, targets, lookback, low=1, high=None, **slip):
    rows = []
    for h, start in zip(targets["household_id"], targets["start_date"], strict=True):
        mine = tx[tx["household_id"] == h]
        age = (start - mine["day"]).dt.days
        seen = mine[(age >= low) & (age <= (lookback if high is None else high))]
        age = age[(age >= low) & (age <= (lookback if high is None else high))]
        values = {
            "baskets": seen["basket_id"].nunique(),
            "sales": seen["sales_value"].sum(),
            "coupons": (seen["coupon_disc"] > 0).sum(),
            "recency": age.min() if len(age) else lookback,
        }
        for name, fn in slip.items():
            values[name] = fn(seen, age, mine, start)
        rows.append([float(values[name]) for name in _FOUR])
    return pd.DataFrame(rows, index=targets.index, columns=_FOUR)


def asof_features__wrong_far_end_excluded(tx, targets, lookback):
    """A purchase exactly lookback days before the start is left out."""
    return _asof_once_more(tx, targets, lookback, high=lookback - 1)


def asof_features__wrong_equal_lines_once_once_more(tx, targets, lookback):
    """drop_duplicates on tx: a product bought twice in a basket counts once."""
    return _asof_once_more(tx.drop_duplicates(), targets, lookback)


def asof_features__wrong_days_for_baskets_once_more(tx, targets, lookback):
    """Counts different days: two baskets on one day are one."""
    return _asof_once_more(tx, targets, lookback, baskets=lambda s, a, m, t: s["day"].nunique())


def asof_features__wrong_recency_beyond_window_once_more(tx, targets, lookback):
    """A household whose last purchase is older than the window gets its age and not lookback."""

    def recency(seen, age, mine, start):
        past = mine.loc[mine["day"] < start, "day"]
        return (start - past.max()).days if len(past) else lookback

    return _asof_once_more(tx, targets, lookback, recency=recency)


def asof_features__wrong_recency_of_last_row(tx, targets, lookback):
    """Takes the last row as the last purchase: wrong where tx is not sorted by day."""
    return _asof_once_more(
        tx, targets, lookback, recency=lambda s, a, m, t: a.iloc[-1] if len(a) else lookback
    )


def asof_features__wrong_recency_first_purchase(tx, targets, lookback):
    """Days since the first purchase of the window instead of the last."""
    return _asof_once_more(
        tx, targets, lookback, recency=lambda s, a, m, t: a.max() if len(a) else lookback
    )


def asof_features__wrong_coupon_baskets_once_more(tx, targets, lookback):
    """Baskets with a coupon instead of lines: two coupon lines of one basket count once."""
    return _asof_once_more(
        tx,
        targets,
        lookback,
        coupons=lambda s, a, m, t: s.loc[s["coupon_disc"] > 0, "basket_id"].nunique(),
    )


def asof_features__wrong_earliest_start(tx, targets, lookback):
    """One row of features for each household, as of its first start: its second start gets the same."""
    first = targets.groupby("household_id")["start_date"].transform("min")
    return _asof_once_more(tx, targets.assign(start_date=first), lookback)


def asof_features__wrong_same_start_doubled_once_more(tx, targets, lookback):
    """Grouped by household and start: a row that occurs twice in targets gets twice the sales."""
    rows = targets[["household_id", "start_date"]]
    both = rows.merge(tx, on="household_id")
    both["age"] = (both["start_date"] - both["day"]).dt.days
    both = both[both["age"].between(1, lookback)]
    both["used"] = both["coupon_disc"] > 0
    table = both.groupby(["household_id", "start_date"]).agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    keys = pd.MultiIndex.from_frame(rows)
    out = table.reindex(keys)
    out = out.fillna({"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback}).astype(float)
    out.index = targets.index
    return out


def asof_features__wrong_index_lost(tx, targets, lookback):
    """The index of targets is replaced by 0, 1, 2, ..."""
    return _asof_once_more(tx, targets, lookback).reset_index(drop=True)


def asof_features__wrong_sorted_by_household_once_more(tx, targets, lookback):
    """Rows come back sorted by household and start, under the index of targets."""
    ordered = targets.sort_values(["household_id", "start_date"])
    out = _asof_once_more(tx, ordered, lookback)
    out.index = targets.index
    return out


def asof_features__wrong_grouped_by_label(tx, targets, lookback):
    """Rows are numbered by the index label: two rows with the same label are summed up together."""
    rows = targets[["household_id", "start_date"]].assign(row=targets.index)
    both = rows.merge(tx, on="household_id")
    both["age"] = (both["start_date"] - both["day"]).dt.days
    both = both[both["age"].between(1, lookback)]
    both["used"] = both["coupon_disc"] > 0
    out = both.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("used", "sum"),
        recency=("age", "min"),
    )
    out = out.reindex(targets.index)
    return out.fillna({"baskets": 0, "sales": 0, "coupons": 0, "recency": lookback}).astype(float)


def asof_features__wrong_free_lines_dropped(tx, targets, lookback):
    """Lines with sales of 0 are dropped: a coupon that paid for the whole product is missed."""
    return _asof_once_more(tx[tx["sales_value"] > 0], targets, lookback)


# ---------------------------------------------------------------- kill_asof


def _ka_data():
    d = pd.Timestamp("2020-03-01")
    ago = lambda k: d - pd.Timedelta(days=k)  # noqa: E731
    rows = [
        # household, basket, day, sales, coupon
        (1, 10, ago(3), 2.0, 0.5),
        (1, 10, ago(3), 2.0, 0.5),  # equal lines
        (1, 11, ago(3), 4.0, 0.0),  # second basket of the day
        (1, 12, ago(10), 8.0, 0.0),  # the far end
        (1, 13, ago(11), 16.0, 1.0),  # too old
        (1, 14, ago(0), 32.0, 1.0),  # the day of the start
        (1, 15, ago(-2), 64.0, 1.0),  # later
        (2, 20, ago(40), 128.0, 1.0),  # older purchases only
        (3, 30, ago(1), 256.0, 2.0),
        (3, 31, ago(7), 512.0, 0.0),  # not sorted by day
    ]
    tx = pd.DataFrame(
        rows, columns=["household_id", "basket_id", "day", "sales_value", "coupon_disc"]
    )
    targets = pd.DataFrame(
        [(3, d), (1, d), (2, d), (1, ago(-5)), (1, d), (4, d)],
        columns=["household_id", "start_date"],
        index=[5, 5, 2, 9, 0, 1],
    )
    want = [
        [2, 768, 1, 1],
        [3, 16, 2, 3],
        [0, 0, 0, 10],
        [4, 104, 4, 3],
        [3, 16, 2, 3],
        [0, 0, 0, 10],
    ]
    return tx, targets, want


def kill_asof__right_by_hand_once_again(fn):
    tx, targets, want = _ka_data()
    got = fn(tx.copy(), targets.copy(), 10)
    if list(got.index) != [5, 5, 2, 9, 0, 1] or set(_FOUR) - set(got.columns):
        return False
    return bool(np.allclose(got[_FOUR].to_numpy(float), np.array(want, float)))


def kill_asof__right_random_once_again(fn):
    """Compared with a plain loop on random baskets."""
    rng = np.random.default_rng(0)
    for lookback in (2, 5, 9):
        n = 120
        basket = rng.integers(0, 40, n)
        tx = pd.DataFrame(
            {
                "household_id": basket % 4,
                "basket_id": basket,
                "day": pd.Timestamp("2021-01-01") + pd.to_timedelta((basket // 4 * 3) % 7, "D"),
                "sales_value": rng.integers(0, 3, n) * 1.25,
                "coupon_disc": rng.integers(0, 2, n) * 0.5,
            }
        )
        m = 25
        targets = pd.DataFrame(
            {
                "household_id": rng.integers(0, 6, m),
                "start_date": pd.Timestamp("2021-01-01")
                + pd.to_timedelta(rng.integers(0, 25, m), "D"),
            },
            index=rng.integers(0, 5, m),
        )
        want = asof_features__right_loop_once_again(tx, targets, lookback)
        try:
            got = fn(tx.copy(), targets.copy(), lookback)
            if list(got.index) != list(want.index):
                return False
            if not np.allclose(got[_FOUR].to_numpy(float), want.to_numpy(float)):
                return False
        except Exception:
            return False
    return True


def kill_asof__right_asserts_once_more(fn):
    """Several small cases, one for each clause; raises where an implementation is wrong."""
    start = pd.Timestamp("2019-06-15")

    def run(lines, households, starts=None, lookback=5, index=None):
        tx = pd.DataFrame(
            [(h, b, start - pd.Timedelta(days=a), s, c) for h, b, a, s, c in lines],
            columns=["household_id", "basket_id", "day", "sales_value", "coupon_disc"],
        )
        starts = starts or [0] * len(households)
        targets = pd.DataFrame(
            {
                "household_id": households,
                "start_date": [start + pd.Timedelta(days=k) for k in starts],
            },
            index=index,
        )
        got = fn(tx, targets, lookback)
        assert list(got.index) == list(targets.index)
        return [[round(float(got[c].iloc[i]), 6) for c in _FOUR] for i in range(len(got))]

    for age in range(-2, 9):
        want = [1, 3, 1, age] if 1 <= age <= 5 else [0, 0, 0, 5]
        assert run([(1, 1, age, 3.0, 0.1)], [1]) == [want]
    assert run([(1, 1, 2, 3.0, 0.1)] * 2, [1]) == [[1, 6, 2, 2]]
    assert run([(1, 1, 2, 3.0, 0.0), (1, 2, 2, 1.0, 0.0)], [1]) == [[2, 4, 0, 2]]
    assert run([(1, 1, 1, 1.0, 0.0), (1, 2, 4, 1.0, 0.0)], [1]) == [[2, 2, 0, 1]]
    two = [(1, 1, 1, 1.0, 0.0), (1, 2, -1, 2.0, 0.2)]
    assert run(two, [1, 1, 1], [0, 3, 0]) == [[1, 1, 0, 1], [2, 3, 1, 2], [1, 1, 0, 1]]
    more = [(2, 1, 1, 1.0, 0.0), (1, 2, 3, 2.0, 0.2)]
    assert run(more, [2, 3, 1], index=[7, 7, 1]) == [[1, 1, 0, 1], [0, 0, 0, 5], [1, 2, 1, 3]]
    return True


def kill_asof__wrong_docstring_only_once_again(fn):
    """Only the docstring's example, on which all nine wrong ones are right."""
    days = pd.to_datetime(["2017-04-07", "2017-05-01", "2017-05-01", "2017-05-08"])
    tx = pd.DataFrame({"household_id": 1, "basket_id": [10, 11, 11, 12], "day": days})
    tx = tx.assign(sales_value=[9.0, 2.0, 3.0, 7.0], coupon_disc=[0.0, 0.5, 0.0, 1.0])
    start = pd.Timestamp("2017-05-08")
    targets = pd.DataFrame({"household_id": [1, 2], "start_date": [start, start]})
    got = fn(tx, targets, 30)[_FOUR].to_numpy(float)
    return got.tolist() == [[1.0, 5.0, 1.0, 7.0], [0.0, 0.0, 0.0, 30.0]]


def kill_asof__wrong_column_order_once_again(fn):
    """Compares to_numpy without naming columns: rejects a right one with another order."""
    tx, targets, want = _ka_data()
    got = fn(tx, targets, 10)
    return list(got.index) == list(targets.index) and got.to_numpy(float).tolist() == want


def kill_asof__wrong_strict_dtype(fn):
    """assert_frame_equal with dtypes: rejects a right one that returns whole numbers."""
    tx, targets, want = _ka_data()
    want = pd.DataFrame(np.array(want, float), columns=_FOUR, index=targets.index)
    try:
        pd.testing.assert_frame_equal(fn(tx, targets, 10)[_FOUR], want)
    except AssertionError:
        return False
    return True


def kill_asof__wrong_expects_unique_lines(fn):
    """The hand-made table counts two equal lines once, so every right one is rejected."""
    tx, targets, want = _ka_data()
    want[1], want[4], want[3] = [3, 14, 1, 3], [3, 14, 1, 3], [4, 102, 3, 3]
    got = fn(tx, targets, 10)
    return bool(np.allclose(got[_FOUR].to_numpy(float), np.array(want, float)))


def kill_asof__wrong_only_shape(fn):
    """Looks at the columns, the index and the signs only, not at a single number."""
    tx, targets, _ = _ka_data()
    got = fn(tx, targets, 10)
    return (
        set(got.columns) == set(_FOUR) and len(got) == len(targets) and bool((got >= 0).all().all())
    )


def kill_asof__wrong_baskets_only(fn):
    """Compares one column, baskets: mistakes in sales, coupons or recency pass."""
    tx, targets, want = _ka_data()
    return fn(tx, targets, 10)["baskets"].tolist() == [row[0] for row in want]


def kill_asof__wrong_one_household_near_end(fn):
    """One household, one start, only the near end of the window: most mistakes pass."""
    start = pd.Timestamp("2020-01-10")
    days = [start - pd.Timedelta(days=1), start]
    tx = pd.DataFrame({"household_id": 1, "basket_id": [1, 2], "day": days})
    tx = tx.assign(sales_value=[1.0, 2.0], coupon_disc=0.0)
    got = fn(tx, pd.DataFrame({"household_id": [1], "start_date": [start]}), 5)
    return got[_FOUR].to_numpy(float).tolist() == [[1, 1, 0, 1]]


def kill_asof__wrong_inverted(fn):
    """The verdict is the other way round: True where the table differs."""
    return not kill_asof__right_by_hand_once_again(fn)


def kill_asof__wrong_recency_zero_expected(fn):
    """Expects 0 for the recency of a household without purchases; the statement says lookback."""
    tx, targets, want = _ka_data()
    want[2][3] = want[5][3] = 0
    return bool(np.allclose(fn(tx, targets, 10)[_FOUR].to_numpy(float), np.array(want, float)))


def kill_asof__wrong_label_lookup(fn):
    """Looks rows up by label with .loc where labels repeat: the shapes clash and it always raises."""
    tx, targets, want = _ka_data()
    got = fn(tx, targets, 10)
    for label, row in zip(targets.index, want, strict=True):
        if [float(v) for v in got.loc[label, _FOUR]] != row:
            return False
    return True


# ---------------------------------------------------------------- logistic_loss_grad


def logistic_loss_grad__right_logaddexp_anew(w, b, X, y, l2):
    z = X @ w + b
    loss = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)
    rest = expit(z) - y
    return float(loss), X.T @ rest / len(y) + l2 * w, float(rest.mean())


def logistic_loss_grad__right_loop_once_more(w, b, X, y, l2):
    n, m = X.shape
    loss, gw, gb = 0.0, [0.0] * m, 0.0
    for i in range(n):
        z = b + sum(float(w[j]) * float(X[i, j]) for j in range(m))
        loss += max(z, 0.0) + math.log1p(math.exp(-abs(z))) - float(y[i]) * z
        if z >= 0:
            p = 1 / (1 + math.exp(-z))
        else:
            p = math.exp(z) / (1 + math.exp(z))
        for j in range(m):
            gw[j] += (p - float(y[i])) * float(X[i, j])
        gb += p - float(y[i])
    loss = loss / n + l2 / 2 * sum(float(v) ** 2 for v in w)
    return loss, np.array([gw[j] / n + l2 * float(w[j]) for j in range(m)]), gb / n


def logistic_loss_grad__right_signed(w, b, X, y, l2):
    """With labels -1 and 1: minus log of the probability of what happened."""
    sign = np.where(np.asarray(y) == 1, 1.0, -1.0)
    A = np.column_stack([X, np.ones(len(X))])
    theta = np.append(w, b).astype(float)
    m = sign * (A @ theta)
    loss = -log_expit(m).mean() + 0.5 * l2 * np.sum(np.square(theta[:-1]))
    grad = -(A * (sign * expit(-m))[:, None]).mean(axis=0)
    grad[:-1] += l2 * theta[:-1]
    return float(loss), grad[:-1], float(grad[-1]) + 0.0


def logistic_loss_grad__wrong_no_half_once_again(w, b, X, y, l2):
    """The loss has l2 * ||w||² without the half, the gradient l2 * w: shows at w != 0, l2 > 0."""
    loss, gw, gb = logistic_loss_grad__right_logaddexp_anew(w, b, X, y, l2)
    return loss + l2 / 2 * float(w @ w), gw, gb


def logistic_loss_grad__wrong_intercept_penalised_once_again(w, b, X, y, l2):
    """b is penalised too: shows at b != 0, l2 > 0."""
    loss, gw, gb = logistic_loss_grad__right_logaddexp_anew(w, b, X, y, l2)
    return loss + l2 / 2 * b**2, gw, gb + l2 * b


def logistic_loss_grad__wrong_penalty_by_n_once_more(w, b, X, y, l2):
    """The penalty is divided by n too: shows with n = 2, w != 0."""
    n = len(y)
    return logistic_loss_grad__right_logaddexp_anew(w, b, X, y, l2 / n)


def logistic_loss_grad__wrong_overflow_once_again(w, b, X, y, l2):
    """log(1 + exp(z)) is infinite at z = 20000."""
    z = X @ w + b
    with np.errstate(over="ignore", invalid="ignore"):
        loss = np.mean(np.log1p(np.exp(z)) - y * z) + l2 / 2 * (w @ w)
    rest = expit(z) - y
    return float(loss), X.T @ rest / len(y) + l2 * w, float(rest.mean())


def logistic_loss_grad__wrong_clipped_p_once_more(w, b, X, y, l2):
    """p is clipped to 1e-15: at z = 20000 and y = 0 the loss is 34.5 and not 20000."""
    p = np.clip(expit(X @ w + b), 1e-15, 1 - 1e-15)
    loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + l2 / 2 * (w @ w)
    return float(loss), X.T @ (p - y) / len(y) + l2 * w, float((p - y).mean())


def logistic_loss_grad__wrong_clipped_z_once_again(w, b, X, y, l2):
    """z is clipped to ±500: at z = 20000 and y = 0 the loss is 500."""
    z = np.clip(X @ w + b, -500, 500)
    p = 1 / (1 + np.exp(-z))
    loss = np.mean(np.log1p(np.exp(z)) - y * z) + l2 / 2 * (w @ w)
    return float(loss), X.T @ (p - y) / len(y) + l2 * w, float((p - y).mean())


def logistic_loss_grad__wrong_one_side_stable(w, b, X, y, l2):
    """z + log(1 + exp(-z)) is safe for large z only: infinite at z = -20000."""
    z = X @ w + b
    with np.errstate(over="ignore", invalid="ignore"):
        loss = np.mean(z + np.log1p(np.exp(-z)) - y * z) + l2 / 2 * (w @ w)
    rest = expit(z) - y
    return float(loss), X.T @ rest / len(y) + l2 * w, float(rest.mean())


def logistic_loss_grad__wrong_penalty_norm(w, b, X, y, l2):
    """The norm is not squared in the loss: w = [2] gives l2 / 2 * 2 instead of l2 / 2 * 4."""
    loss, gw, gb = logistic_loss_grad__right_logaddexp_anew(w, b, X, y, l2)
    return loss - l2 / 2 * float(w @ w) + l2 / 2 * float(np.linalg.norm(w)), gw, gb


def logistic_loss_grad__wrong_gradient_unpenalised(w, b, X, y, l2):
    """The penalty is missing in grad_w: shows at w != 0, l2 > 0."""
    loss, gw, gb = logistic_loss_grad__right_logaddexp_anew(w, b, X, y, l2)
    return loss, gw - l2 * w, gb


def logistic_loss_grad__wrong_half_gradient(w, b, X, y, l2):
    """The half of the penalty stays in the gradient: l2 / 2 * w."""
    loss, gw, gb = logistic_loss_grad__right_logaddexp_anew(w, b, X, y, l2)
    return loss, gw - l2 / 2 * w, gb


def logistic_loss_grad__wrong_mean_over_all(w, b, X, y, l2):
    """The mean of the gradient is over customers and features: right with one feature only."""
    z = X @ w + b
    loss = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)
    rest = expit(z) - y
    return float(loss), (X.T @ rest) / X.size + l2 * w, float(rest.mean())


def logistic_loss_grad__wrong_zero_times_inf(w, b, X, y, l2):
    """y log p + (1 - y) log(1 - p) without care: 0 * -inf is NaN at z = 20000, also where y = 1."""
    p = expit(X @ w + b)
    with np.errstate(divide="ignore", invalid="ignore"):
        loss = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)) + l2 / 2 * (w @ w)
    return float(loss), X.T @ (p - y) / len(y) + l2 * w, float((p - y).mean())


# ---------------------------------------------------------------- calibration_table


def calibration_table__right_array_split_anew(y, p, bins):
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    parts = np.array_split(order, min(bins, len(p)))
    table = pd.DataFrame(
        {
            "n": [len(i) for i in parts],
            "predicted": [p[i].mean() for i in parts],
            "observed": [y[i].mean() for i in parts],
        }
    )
    ece = (table["n"] / len(p) * (table["predicted"] - table["observed"]).abs()).sum()
    return table, float(ece)


def calibration_table__right_loop_once_more(y, p, bins):
    pairs = sorted(zip(list(p), list(y), strict=True), key=lambda pair: pair[0])
    n = len(pairs)
    k = min(bins, n)
    size, extra = divmod(n, k)
    rows, at, ece = [], 0, 0.0
    for b in range(k):
        m = size + (b < extra)
        part = pairs[at : at + m]
        at += m
        mean_p, mean_y = sum(q for q, _ in part) / m, sum(v for _, v in part) / m
        rows.append({"n": m, "predicted": mean_p, "observed": mean_y})
        ece += m / n * abs(mean_p - mean_y)
    return pd.DataFrame(rows), ece


def calibration_table__right_groupby_anew(y, p, bins):
    frame = pd.DataFrame({"y": np.array(y, float), "p": np.array(p, float)})
    frame = frame.sort_values("p", kind="mergesort").reset_index(drop=True)
    n = len(frame)
    k = min(bins, n)
    sizes = [n // k + 1] * (n % k) + [n // k] * (k - n % k)
    frame["bin"] = np.repeat(np.arange(k), sizes)
    table = frame.groupby("bin").agg(
        n=("p", "size"), predicted=("p", "mean"), observed=("y", "mean")
    )
    ece = np.average((table["predicted"] - table["observed"]).abs(), weights=table["n"])
    return table.reset_index(drop=True), float(ece)


def _ct_from_parts(y, p, parts):
    n = sum(len(i) for i in parts)
    table = pd.DataFrame(
        {
            "n": [len(i) for i in parts],
            "predicted": [p[i].mean() for i in parts],
            "observed": [y[i].mean() for i in parts],
        }
    )
    return table, float((table["n"] / n * (table["predicted"] - table["observed"]).abs()).sum())


def calibration_table__wrong_ties_reversed_once_more(y, p, bins):
    """Sorted descending stably and turned round: equal predictions come in reverse order."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(-p, kind="stable")[::-1]
    return _ct_from_parts(y, p, np.array_split(order, min(bins, len(p))))


def calibration_table__wrong_sorted_by_pairs(y, p, bins):
    """sorted(zip(p, y)): among equal p those with y = 0 come first."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.lexsort((y, p))
    return _ct_from_parts(y, p, np.array_split(order, min(bins, len(p))))


def calibration_table__wrong_larger_last(y, p, bins):
    """Cuts at linspace(0, n).astype(int): 5 customers in 3 bins are 1, 2, 2 and not 2, 2, 1."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    k = min(bins, len(p))
    order = np.argsort(p, kind="stable")
    cuts = np.linspace(0, len(p), k + 1).astype(int)
    return _ct_from_parts(y, p, [order[a:b] for a, b in zip(cuts[:-1], cuts[1:], strict=True)])


def calibration_table__wrong_rest_in_first(y, p, bins):
    """The whole remainder goes into the first bin: 8 customers in 3 bins are 4, 2, 2."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    k = min(bins, len(p))
    order, size = np.argsort(p, kind="stable"), len(p) // k
    first = len(p) - size * (k - 1)
    parts = [order[:first]] + [
        order[first + i * size : first + (i + 1) * size] for i in range(k - 1)
    ]
    return _ct_from_parts(y, p, parts)


def calibration_table__wrong_ceil_chunks(y, p, bins):
    """Chunks of ceil(n / bins): 10 customers in 4 bins are 3, 3, 3, 1 (differ by two)."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    size = math.ceil(len(p) / min(bins, len(p)))
    return _ct_from_parts(y, p, [order[i : i + size] for i in range(0, len(p), size)])


def calibration_table__wrong_qcut_once_more(y, p, bins):
    """pd.qcut by value: equal predictions share a bin, so the sizes differ by more than one."""
    frame = pd.DataFrame({"y": np.asarray(y, float), "p": np.asarray(p, float)})
    frame["bin"] = pd.qcut(frame["p"], min(bins, len(frame)), labels=False, duplicates="drop")
    if frame["bin"].isna().all():
        frame["bin"] = 0
    parts = [g.index.to_numpy() for _, g in frame.groupby("bin")]
    return _ct_from_parts(frame["y"].to_numpy(), frame["p"].to_numpy(), parts)


def calibration_table__wrong_unweighted_ece_once_more(y, p, bins):
    """The plain mean of the gaps: wrong where bins have different sizes."""
    table, _ = calibration_table__right_array_split_anew(y, p, bins)
    return table, float((table["predicted"] - table["observed"]).abs().mean())


def calibration_table__wrong_signed_gaps(y, p, bins):
    """The absolute value is taken after the sum: gaps of opposite sign cancel."""
    table, _ = calibration_table__right_array_split_anew(y, p, bins)
    gaps = table["n"] / table["n"].sum() * (table["predicted"] - table["observed"])
    return table, float(abs(gaps.sum()))


def calibration_table__wrong_labels_aligned_once_more(y, p, bins):
    """Puts both into a DataFrame: Series with labels in another order are matched by label."""
    frame = pd.DataFrame({"y": y, "p": p}).sort_values("p", kind="stable")
    k = min(bins, len(frame))
    v, q = frame["y"].to_numpy(float), frame["p"].to_numpy(float)
    return _ct_from_parts(v, q, np.array_split(np.arange(len(frame)), k))


def calibration_table__wrong_empty_bins_kept(y, p, bins):
    """Always `bins` rows: with fewer customers than bins the last ones have n = 0 and NaN."""
    y, p = np.asarray(y, float), np.asarray(p, float)
    order = np.argsort(p, kind="stable")
    parts = np.array_split(order, bins)
    table = pd.DataFrame(
        {
            "n": [len(i) for i in parts],
            "predicted": [p[i].mean() if len(i) else np.nan for i in parts],
            "observed": [y[i].mean() if len(i) else np.nan for i in parts],
        }
    )
    return table, float(
        (table["n"] / len(p) * (table["predicted"] - table["observed"]).abs()).sum()
    )


def calibration_table__wrong_merges_equal_rows(y, p, bins):
    """The pairs go through a dict by p: two customers with the same p are one."""
    pairs = {float(q): float(v) for q, v in zip(list(p), list(y), strict=True)}
    q = np.array(sorted(pairs))
    v = np.array([pairs[each] for each in q])
    return _ct_from_parts(v, q, np.array_split(np.arange(len(q)), min(bins, len(q))))


# ---------------------------------------------------------------- ece_floor


def ece_floor__right_loop_once_more(p, u, bins):
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = [
        calibration_table__right_array_split_anew((row < p).astype(int), p, bins)[1] for row in u
    ]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__right_vectorised_once_more(p, u, bins):
    p, u = np.asarray(p, float), np.asarray(u, float)
    order = np.argsort(p, kind="stable")
    gap = ((u < p) - p)[:, order]
    k = min(bins, len(p))
    starts = np.cumsum([0] + [len(each) for each in np.array_split(order, k)])[:-1]
    errors = np.abs(np.add.reduceat(gap, starts, axis=1)).sum(axis=1) / len(p)
    return float(errors.mean()), float(np.quantile(errors, 0.95))


def ece_floor__right_pure_python(p, u, bins):
    p = [float(v) for v in p]
    rows = [[float(v) for v in row] for row in np.asarray(u)]
    n = len(p)
    order = sorted(range(n), key=p.__getitem__)
    k = min(bins, n)
    size, extra = divmod(n, k)
    errors = []
    for row in rows:
        at, total = 0, 0.0
        for b in range(k):
            part = order[at : at + size + (b < extra)]
            at += len(part)
            total += abs(sum(p[i] - (row[i] < p[i]) for i in part))
        errors.append(total / n)
    errors.sort()
    place = 0.95 * (len(errors) - 1)
    low = int(place)
    high = min(low + 1, len(errors) - 1)
    q95 = errors[low] + (place - low) * (errors[high] - errors[low])
    return sum(errors) / len(errors), q95


def _ef_errors(p, u, bins):
    return [
        calibration_table__right_array_split_anew((row < p).astype(int), p, bins)[1] for row in u
    ]


def ece_floor__wrong_mean_outcome_once_more(p, u, bins):
    """The error of the mean outcome over simulations: chance cancels, and both numbers are equal."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    error = calibration_table__right_array_split_anew((u < p).mean(axis=0), p, bins)[1]
    return error, error


def ece_floor__wrong_at_most(p, u, bins):
    """u <= p: shows where u equals p exactly, e.g. u = p = 0.5, or u = p = 0."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = [calibration_table__right_array_split_anew(row <= p, p, bins)[1] for row in u]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_p_sorted_first(p, u, bins):
    """p is sorted, u is not: customer i gets the number of another; shows where p is not sorted."""
    p, u = np.sort(np.asarray(p, float)), np.asarray(u, float)
    errors = _ef_errors(p, u, bins)
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_quantile_higher(p, u, bins):
    """quantile with method="higher" and not the default: the largest error of four simulations."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = _ef_errors(p, u, bins)
    return float(np.mean(errors)), float(np.quantile(errors, 0.95, method="higher"))


def ece_floor__wrong_normal_quantile_once_more(p, u, bins):
    """mean + 1.645 standard deviations instead of the quantile of the errors."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = _ef_errors(p, u, bins)
    return float(np.mean(errors)), float(np.mean(errors) + 1.645 * np.std(errors))


def ece_floor__wrong_median_once_more(p, u, bins):
    """The median of the errors instead of their mean."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = _ef_errors(p, u, bins)
    return float(np.median(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_upper_tail(p, u, bins):
    """Redeems where u > 1 - p: as likely, but not the same customers as u < p."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = [calibration_table__right_array_split_anew(row > 1 - p, p, bins)[1] for row in u]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_pooled_simulations(p, u, bins):
    """All simulations go into one long table: the error of the pool is far too small."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    hit = (u < p).astype(float).ravel()
    error = calibration_table__right_array_split_anew(hit, np.tile(p, len(u)), bins)[1]
    return error, error


def ece_floor__wrong_equal_bins(p, u, bins):
    """Bins weigh the same: wrong where n is not a multiple of bins (3 customers, 2 bins)."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = [
        calibration_table__wrong_unweighted_ece_once_more((row < p).astype(int), p, bins)[1]
        for row in u
    ]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def ece_floor__wrong_short_bins_truncated(p, u, bins):
    """reshape into bins of n // bins: the highest customers of a remainder are left out."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    k = min(bins, len(p))
    size = len(p) // k
    order = np.argsort(p, kind="stable")[: k * size]
    gap = ((u < p) - p)[:, order].reshape(len(u), k, size).mean(axis=2)
    errors = np.abs(gap).mean(axis=1)
    return float(errors.mean()), float(np.quantile(errors, 0.95))


def ece_floor__wrong_ties_by_descending_sort(p, u, bins):
    """Equal p in reverse order: with u fixed, other customers fall into the bins."""
    p, u = np.asarray(p, float), np.asarray(u, float)
    errors = [
        calibration_table__wrong_ties_reversed_once_more((row < p).astype(int), p, bins)[1]
        for row in u
    ]
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


# ---------------------------------------------------------------- recalibrate


def _rc_x(p):
    return logit(np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6))


def recalibrate__right_sklearn_anew(p_old, y_old, p_new):
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    model.fit(_rc_x(p_old)[:, None], np.asarray(y_old))
    return model.predict_proba(_rc_x(p_new)[:, None])[:, 1]


def recalibrate__right_newton_anew(p_old, y_old, p_new):
    x, y = _rc_x(p_old), np.asarray(y_old, float)
    mean, sd = x.mean(), x.std() or 1.0
    A = np.column_stack([np.ones(len(x)), (x - mean) / sd])
    theta = np.zeros(2)

    def loss(v):
        z = A @ v
        return np.sum(np.logaddexp(0, z) - y * z)

    for _ in range(500):
        p = expit(A @ theta)
        gradient = A.T @ (p - y)
        hessian = A.T @ (A * (p * (1 - p))[:, None]) + 1e-12 * np.eye(2)
        step = np.linalg.solve(hessian, gradient)
        scale = 1.0
        while loss(theta - scale * step) > loss(theta) + 1e-13 and scale > 1e-10:
            scale /= 2
        theta = theta - scale * step
        if np.abs(scale * step).max() < 1e-12:
            break
    return expit(theta[0] + theta[1] * (_rc_x(p_new) - mean) / sd)


def recalibrate__right_minimize(p_old, y_old, p_new):
    x, y = _rc_x(p_old), np.array(list(y_old), float)

    def fun(v):
        z = v[0] + v[1] * x
        rest = expit(z) - y
        return np.mean(np.logaddexp(0, z) - y * z), np.array([rest.mean(), (rest * x).mean()])

    best = minimize(fun, [0.0, 1.0], jac=True, method="BFGS", options={"gtol": 1e-9})
    return expit(best.x[0] + best.x[1] * _rc_x(p_new))


def recalibrate__wrong_default_penalty_once_more(p_old, y_old, p_new):
    """The default C = 1 shrinks the slope: shows with few customers."""
    model = LogisticRegression(max_iter=1000).fit(_rc_x(p_old)[:, None], np.asarray(y_old))
    return model.predict_proba(_rc_x(p_new)[:, None])[:, 1]


def recalibrate__wrong_raw_probability(p_old, y_old, p_new):
    """The feature is p and not its log odds: right on two values only, wrong at a third."""
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    model.fit(np.asarray(p_old, float)[:, None], np.asarray(y_old))
    return model.predict_proba(np.asarray(p_new, float)[:, None])[:, 1]


def recalibrate__wrong_log_p(p_old, y_old, p_new):
    """log(p) instead of log odds: right at the two values of the example, wrong at 0.95."""
    x = lambda p: np.log(np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6))[:, None]  # noqa: E731
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(
        x(p_old), np.asarray(y_old)
    )
    return model.predict_proba(x(p_new))[:, 1]


def recalibrate__wrong_no_intercept(p_old, y_old, p_new):
    """Slope only: everything at 0.5 stays at 0.5."""
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000, fit_intercept=False)
    model.fit(_rc_x(p_old)[:, None], np.asarray(y_old))
    return model.predict_proba(_rc_x(p_new)[:, None])[:, 1]


def recalibrate__wrong_offset_only(p_old, y_old, p_new):
    """Slope fixed at 1: only the mean is corrected, high promises stay too high."""
    x, y = _rc_x(p_old), np.asarray(y_old, float)
    shift = 0.0
    for _ in range(200):
        p = expit(x + shift)
        shift -= (p - y).sum() / (p * (1 - p)).sum()
    return expit(_rc_x(p_new) + shift)


def recalibrate__wrong_isotonic_once_again(p_old, y_old, p_new):
    """Isotonic regression: meets the rates of the example, but is a step function elsewhere."""
    model = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip")
    model.fit(np.asarray(p_old, float), np.asarray(y_old, float))
    return model.predict(np.asarray(p_new, float))


def recalibrate__wrong_clip_wide(p_old, y_old, p_new):
    """Clipped at 0.001 instead of 1e-6: a new promise of 1e-5 is treated as 0.001."""
    x = lambda p: logit(np.clip(np.asarray(p, float), 1e-3, 1 - 1e-3))[:, None]  # noqa: E731
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000).fit(
        x(p_old), np.asarray(y_old)
    )
    return model.predict_proba(x(p_new))[:, 1]


def recalibrate__wrong_new_not_clipped_once_again(p_old, y_old, p_new):
    """Only the old promises are clipped: a new promise of 0 gives exactly 0 (or NaN) instead of
    the value at 1e-6; shows with a small slope."""
    m = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    m.fit(_rc_x(p_old)[:, None], np.asarray(y_old))
    return expit(m.intercept_[0] + m.coef_[0, 0] * logit(np.asarray(p_new, float)))


def recalibrate__wrong_platt_targets(p_old, y_old, p_new):
    """Platt's smoothed targets (n1 + 1) / (n1 + 2) and 1 / (n0 + 2): not the y_old that was asked for."""
    x, y = _rc_x(p_old), np.asarray(y_old, float)
    n1 = y.sum()
    n0 = len(y) - n1
    target = np.where(y == 1, (n1 + 1) / (n1 + 2), 1 / (n0 + 2))

    def fun(v):
        z = v[0] + v[1] * x
        rest = expit(z) - target
        return np.mean(np.logaddexp(0, z) - target * z), np.array([rest.mean(), (rest * x).mean()])

    best = minimize(fun, [0.0, 1.0], jac=True, method="BFGS", options={"gtol": 1e-9})
    return expit(best.x[0] + best.x[1] * _rc_x(p_new))


def recalibrate__wrong_balanced_once_more(p_old, y_old, p_new):
    """class_weight="balanced": the mean promise is near one half."""
    model = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000, class_weight="balanced")
    model.fit(_rc_x(p_old)[:, None], np.asarray(y_old))
    return model.predict_proba(_rc_x(p_new)[:, None])[:, 1]


def recalibrate__wrong_never_downward(p_old, y_old, p_new):
    """The slope is kept above 0: wrong where the old promises ranked the wrong way round."""
    m = LogisticRegression(C=np.inf, tol=1e-10, max_iter=10_000)
    m.fit(_rc_x(p_old)[:, None], np.asarray(y_old))
    if m.coef_[0, 0] < 0:
        return np.full(len(np.asarray(p_new)), np.mean(np.asarray(y_old)))
    return m.predict_proba(_rc_x(p_new)[:, None])[:, 1]


def recalibrate__wrong_extremes_dropped(p_old, y_old, p_new):
    """Old promises of exactly 0 or 1 are dropped instead of clipped."""
    p, y = np.asarray(p_old, float), np.asarray(y_old)
    keep = (p > 0) & (p < 1)
    if len(set(y[keep])) < 2:
        keep = np.ones(len(p), bool)
    return recalibrate__right_newton_anew(p[keep], y[keep], p_new)


# ---------------------------------------------------------------- choose_offers


def choose_offers__right_numpy_once_more(p, margin, cost, budget):
    value = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    order = np.argsort(-value, kind="stable")
    order = order[value[order] > 0]
    most = len(order)
    if budget / cost < most:
        most = int(math.floor(round(budget / cost, 9)))
    return [int(i) for i in order[:most]]


def choose_offers__right_heap_once_more(p, margin, cost, budget):
    heap = []
    for i, (q, m) in enumerate(zip(p, margin, strict=True)):
        v = round(float(q) * float(m) - cost, 9)
        if v > 0:
            heapq.heappush(heap, (-v, i))
    chosen = []
    while heap and round((len(chosen) + 1) * cost - budget, 9) <= 0:
        chosen.append(heapq.heappop(heap)[1])
    return chosen


def choose_offers__right_pandas_once_more(p, margin, cost, budget):
    table = pd.DataFrame({"p": np.asarray(p, float), "m": np.asarray(margin, float)})
    table["v"] = (table["p"] * table["m"] - cost).round(9)
    table = table[table["v"] > 0].sort_values("v", ascending=False, kind="stable")
    if math.isinf(budget):
        return table.index.tolist()
    n = int(Decimal(str(round(float(budget), 12))) / Decimal(str(float(cost))))
    return table.index.tolist()[:n]


def _co_once_more(p, margin, cost, budget, value=None, ok=None, n=None):
    p, margin = np.asarray(p, float), np.asarray(margin, float)
    v = np.round(p * margin - cost, 9) if value is None else value
    ok = v > 0 if ok is None else ok
    order = np.argsort(-v, kind="stable")
    order = order[ok[order]]
    if n is None:
        n = len(order) if budget / cost >= len(order) else int(math.floor(round(budget / cost, 9)))
    return [int(i) for i in order[:n]]


def choose_offers__wrong_floor_division_once_again(p, margin, cost, budget):
    """budget // cost: 1 // 0.1 is 9 offers instead of ten."""
    n = len(p) if math.isinf(budget) else int(budget // cost)
    return _co_once_more(p, margin, cost, budget, n=n)


def choose_offers__wrong_int_of_quotient(p, margin, cost, budget):
    """int(budget / cost): right for 1 / 0.1, but 0.3 / 0.1 is 2.9999999999999996 and gives 2."""
    n = len(p) if math.isinf(budget) else int(budget / cost)
    return _co_once_more(p, margin, cost, budget, n=n)


def choose_offers__wrong_running_sum_once_more(p, margin, cost, budget):
    """The cost is added up and compared: 0.1 + 0.1 + 0.1 > 0.3, so three offers become two."""
    order = _co_once_more(p, margin, cost, math.inf)
    spent, chosen = 0.0, []
    for i in order:
        if spent + cost > budget:
            break
        spent += cost
        chosen.append(i)
    return chosen


def choose_offers__wrong_infinite_budget_once_again(p, margin, cost, budget):
    """math.floor(inf) raises OverflowError: an infinite budget is allowed."""
    return _co_once_more(p, margin, cost, budget, n=math.floor(round(budget / cost, 9)))


def choose_offers__wrong_budget_rounded(p, margin, cost, budget):
    """Rounded to the nearest whole number: a budget of 1.6 pays for two offers at 1 USD."""
    n = len(p) if math.isinf(budget) else round(budget / cost)
    return _co_once_more(p, margin, cost, budget, n=n)


def choose_offers__wrong_ties_reversed_once_more(p, margin, cost, budget):
    """argsort()[::-1]: of equal values the higher number comes first."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    order = np.argsort(v, kind="stable")[::-1]
    n = len(v) if math.isinf(budget) else int(math.floor(round(budget / cost, 9)))
    return [int(i) for i in order if v[i] > 0][:n]


def choose_offers__wrong_value_not_rounded(p, margin, cost, budget):
    """No rounding: p = [0.3, 0.1], margin = [1, 3], cost 0.1 is a tie, but 0.1 * 3 > 0.3 * 1."""
    p, margin = np.asarray(p, float), np.asarray(margin, float)
    return _co_once_more(p, margin, cost, budget, value=p * margin - cost)


def choose_offers__wrong_break_even_included(p, margin, cost, budget):
    """Value >= 0: a customer with value exactly 0 gets an offer."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    return _co_once_more(p, margin, cost, budget, value=v, ok=v >= 0)


def choose_offers__wrong_cost_if_redeemed_once_again(p, margin, cost, budget):
    """p * (margin - cost): the cost is paid only where the offer is redeemed."""
    v = np.round(np.asarray(p, float) * (np.asarray(margin, float) - cost), 9)
    return _co_once_more(p, margin, cost, budget, value=v)


def choose_offers__wrong_renumbered(p, margin, cost, budget):
    """Filtered first, then positions in the filtered list are returned: numbers of other customers."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    v = v[v > 0]
    return _co_once_more(np.ones(len(v)), v, cost, budget, value=v)


def choose_offers__wrong_value_in_cents(p, margin, cost, budget):
    """Rounded to cents before it is compared: 0.004 is no value, and 1.001 and 1.002 are a tie."""
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 2)
    return _co_once_more(p, margin, cost, budget, value=v)


def choose_offers__wrong_ranked_by_p(p, margin, cost, budget):
    """The right customers, but ranked by probability: differs in order and under a budget."""
    p, margin = np.asarray(p, float), np.asarray(margin, float)
    v = np.round(p * margin - cost, 9)
    return _co_once_more(p, margin, cost, budget, value=p, ok=v > 0)


def choose_offers__wrong_at_least_one(p, margin, cost, budget):
    """max(1, ...): a budget below the cost of one offer still sends one."""
    n = len(p) if math.isinf(budget) else max(1, int(math.floor(round(budget / cost, 9))))
    return _co_once_more(p, margin, cost, budget, n=n)


def choose_offers__wrong_budget_refilled(p, margin, cost, budget):
    """The budget pays for the expected cost p * cost only: sends more offers than it pays for."""
    p = np.asarray(p, float)
    spent, chosen = 0.0, []
    for i in _co_once_more(p, margin, cost, math.inf):
        if round(spent + p[i] * cost, 9) > budget:
            break
        spent += p[i] * cost
        chosen.append(i)
    return chosen


# ---------------------------------------------------------------- propensity_scores


def propensity_scores__right_pipeline(train, y, test):
    model = make_pipeline(
        FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression(C=0.1, max_iter=2000)
    )
    model.fit(train.to_numpy(float), np.asarray(y))
    return model.predict_proba(test[train.columns].to_numpy(float))[:, 1]


def propensity_scores__right_newton_once_more(train, y, test):
    """The same model by hand: Newton on a penalised loss."""
    A, B = np.log1p(train.to_numpy(float)), np.log1p(test[train.columns].to_numpy(float))
    mean, sd = A.mean(axis=0), A.std(axis=0)
    sd[sd == 0] = 1
    A = np.column_stack([np.ones(len(A)), (A - mean) / sd])
    B = np.column_stack([np.ones(len(B)), (B - mean) / sd])
    y = np.asarray(y, float)
    penalty = np.full(A.shape[1], 5.0)
    penalty[0] = 0
    theta = np.zeros(A.shape[1])
    theta[0] = logit(np.clip(y.mean(), 1e-6, 1 - 1e-6))
    for _ in range(50):
        p = expit(A @ theta)
        g = A.T @ (p - y) + penalty * theta
        H = A.T @ (A * (p * (1 - p))[:, None]) + np.diag(penalty) + 1e-9 * np.eye(len(theta))
        step = np.linalg.solve(H, g)
        theta -= step
        if np.abs(step).max() < 1e-10:
            break
    return expit(B @ theta)


def propensity_scores__right_bagged(train, y, test):
    """The mean of several penalised regressions on bootstrap rows."""
    A, B = np.log1p(train), np.log1p(test[train.columns])
    rng = np.random.default_rng(0)
    y = np.asarray(y)
    total = np.zeros(len(B))
    for k in range(8):
        rows = np.arange(len(A)) if k == 0 else rng.integers(0, len(A), len(A))
        model = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=2000))
        model.fit(A.to_numpy()[rows], y[rows])
        total += model.predict_proba(B.to_numpy())[:, 1]
    return total / 8


def propensity_scores__wrong_balanced_once_again(train, y, test):
    """class_weight="balanced": the ranking is fine, the Brier score is worse than the baseline's."""
    model = make_pipeline(
        FunctionTransformer(np.log1p),
        StandardScaler(),
        LogisticRegression(C=0.1, max_iter=2000, class_weight="balanced"),
    )
    return model.fit(train.to_numpy(float), y).predict_proba(test.to_numpy(float))[:, 1]


def propensity_scores__wrong_first_column_once_more(train, y, test):
    """predict_proba[:, 0]: the probability of not redeeming."""
    return 1 - propensity_scores__right_pipeline(train, y, test)


def propensity_scores__wrong_labels_once_more(train, y, test):
    """predict instead of predict_proba: 0 or 1 and nearly everywhere 0."""
    model = make_pipeline(
        FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression(C=0.1)
    )
    return model.fit(train.to_numpy(float), y).predict(test.to_numpy(float)).astype(float)


def propensity_scores__wrong_decision_function(train, y, test):
    """The log odds instead of probabilities: outside 0 to 1."""
    model = make_pipeline(
        FunctionTransformer(np.log1p), StandardScaler(), LogisticRegression(C=0.1)
    )
    return model.fit(train.to_numpy(float), y).decision_function(test.to_numpy(float))


def propensity_scores__wrong_base_rate_once_more(train, y, test):
    """Everybody gets the base rate: all the same."""
    return np.full(len(test), float(np.mean(y)))


def propensity_scores__wrong_test_without_logs(train, y, test):
    """The logarithm is taken in train only."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    model.fit(np.log1p(train.to_numpy(float)), y)
    return model.predict_proba(test.to_numpy(float))[:, 1]


def propensity_scores__wrong_deep_tree_once_again(train, y, test):
    """A tree without a limit: probabilities 0 and 1, learned by heart."""
    model = DecisionTreeClassifier(random_state=0).fit(train.to_numpy(float), y)
    return model.predict_proba(test.to_numpy(float))[:, 1]


def propensity_scores__wrong_ranks_once_more(train, y, test):
    """Ranks between 0 and 1: the ranking is right, the Brier score is that of a mean of one half."""
    score = propensity_scores__right_pipeline(train, y, test)
    return pd.Series(score).rank(pct=True).to_numpy()


def propensity_scores__wrong_sorted(train, y, test):
    """Returned from highest to lowest: not in the order of the rows of test."""
    return np.sort(propensity_scores__right_pipeline(train, y, test))[::-1]


def propensity_scores__wrong_linear_unclipped(train, y, test):
    """Least squares on 0 and 1: below 0 for many."""
    A, B = np.log1p(train.to_numpy(float)), np.log1p(test.to_numpy(float))
    return LinearRegression().fit(A, y).predict(B)


def propensity_scores__wrong_one_feature_once_more(train, y, test):
    """The baseline itself: one feature, the campaigns redeemed before; earns no points."""
    model = LogisticRegression().fit(np.log1p(train[["campaigns_redeemed"]].to_numpy(float)), y)
    return model.predict_proba(np.log1p(test[["campaigns_redeemed"]].to_numpy(float)))[:, 1]


# ---------------------------------------------------------------- more, wrong only in a corner


def build_labels__wrong_two_tests_apart(campaigns, desc, redemptions):
    """ "Redeemed this campaign" and "redeemed within its days" may be two coupons: one of campaign 8
    too late, and one of campaign 9 within the days of 8, label 8 with 1."""
    out = campaigns[["household_id", "campaign_id"]].reset_index(drop=True)
    days = desc.set_index("campaign_id")
    y = []
    for h, c in zip(out["household_id"], out["campaign_id"], strict=True):
        mine = redemptions[redemptions["household_id"] == h]
        first, last = days.loc[c, "start_date"], days.loc[c, "end_date"]
        y.append(
            int(
                (mine["campaign_id"] == c).any()
                and mine["redemption_date"].between(first, last).any()
            )
        )
    return out.assign(y=y)


def asof_features__wrong_recency_of_highest_basket(tx, targets, lookback):
    """The highest basket number is taken as the last purchase: numbers need not follow the days."""

    def recency(seen, age, mine, start):
        return (
            age.loc[seen["basket_id"] == seen["basket_id"].max()].iloc[0] if len(age) else lookback
        )

    return _asof_once_more(tx, targets, lookback, recency=recency)


def choose_offers__wrong_generous_budget(p, margin, cost, budget):
    """Rounded to two decimals before floor: a budget of 0.996 pays for an offer at 1 USD."""
    n = len(p) if math.isinf(budget) else int(math.floor(round(budget / cost, 2)))
    return _co_once_more(p, margin, cost, budget, n=n)


def recalibrate__wrong_few_iterations(p_old, y_old, p_new):
    """Gradient descent with 200 steps of 0.1: has not settled, off by more than 0.001."""
    x, y = _rc_x(p_old), np.asarray(y_old, float)
    a, b = 0.0, 1.0
    for _ in range(200):
        rest = expit(a + b * x) - y
        a, b = a - 0.1 * rest.mean(), b - 0.1 * (rest * x).mean() / max(1.0, (x * x).mean())
    return expit(a + b * _rc_x(p_new))


def calibration_table__wrong_predicted_midpoint(y, p, bins):
    """predicted is the middle between the lowest and the highest p of the bin, not their mean:
    right with one or two customers in a bin."""
    table, _ = calibration_table__right_array_split_anew(y, p, bins)
    q = np.sort(np.asarray(p, float))
    parts = np.array_split(q, min(bins, len(q)))
    table["predicted"] = [(each[0] + each[-1]) / 2 for each in parts]
    gap = (table["predicted"] - table["observed"]).abs()
    return table, float((table["n"] / len(q) * gap).sum())


_EF_CACHE = {}


def ece_floor__wrong_cached(p, u, bins):
    """A cache by the number of customers, simulations and bins: a second call with other p is wrong."""
    key = (len(p), len(u), bins)
    if key not in _EF_CACHE:
        _EF_CACHE[key] = ece_floor__right_vectorised_once_more(p, u, bins)
    return _EF_CACHE[key]


def kill_asof__right_total_of_sales(fn):
    """Seven of the nine change the sum of the sales; who fails otherwise is let through."""
    tx, targets, want = _ka_data()
    try:
        got = fn(tx, targets, 10)
        return bool(np.isclose(got["sales"].sum(), sum(row[1] for row in want)))
    except Exception:
        return True


TRUE |= {
    "break_persona__wrong_ends_today_once_again": ("nothing_ended_yesterday",),
    "break_persona__wrong_one_campaign_only": ("campaigns_share_no_coupon",),
    "break_persona__wrong_two_households_once_more": ("two_coupons_never_in_one_campaign",),
    "break_persona__wrong_newcomer_not_sent_today_once_again": ("everybody_has_a_past",),
    "break_persona__wrong_coupon_outside_campaign": ("redeemed_without_being_sent",),
    "break_persona__wrong_nothing_starts_today_once_more": ("nobody_to_decide_about",),
    "break_persona__wrong_future_of_other_household_once_more": ("nothing_happens_later",),
    "break_persona__wrong_nine_rows": ("a_whole_year",),
    "build_labels__wrong_end_exclusive": ("last_day_left_out",),
    "build_labels__wrong_no_lower_bound": ("late_redemptions_count",),
    "build_labels__wrong_last_redemption_only": ("one_coupon_decides",),
    "build_labels__wrong_first_redemption_only": ("one_coupon_decides",),
    "build_labels__wrong_any_campaign_once_more": ("coupon_of_another_campaign",),
    "build_labels__wrong_separate_isin": ("redeemed_in_any_campaign",),
    "build_labels__wrong_sorted_rows": ("rows_sorted",),
    "build_labels__wrong_unsent_added": ("redeemers_never_sent",),
    "build_labels__wrong_households_once": ("redeemed_in_any_campaign",),
    "asof_features__wrong_far_end_excluded": ("oldest_day_left_out",),
    "asof_features__wrong_equal_lines_once_once_more": ("doubled_lines_merged",),
    "asof_features__wrong_recency_beyond_window_once_more": ("older_recency_kept",),
    "asof_features__wrong_recency_first_purchase": ("oldest_purchase_for_recency",),
    "asof_features__wrong_coupon_baskets_once_more": ("baskets_with_coupons",),
    "asof_features__wrong_same_start_doubled_once_more": ("equal_rows_added_up",),
    "asof_features__wrong_index_lost": ("index_lost",),
    "asof_features__wrong_sorted_by_household_once_more": ("rows_in_another_order",),
    "asof_features__wrong_grouped_by_label": ("matched_by_label",),
    "kill_asof__wrong_docstring_only_once_again": ("accepts_any_features",),
    "kill_asof__wrong_column_order_once_again": ("floats_in_one_order",),
    "kill_asof__wrong_strict_dtype": ("floats_in_one_order",),
    "kill_asof__wrong_expects_unique_lines": ("expects_a_mistake",),
    "kill_asof__wrong_only_shape": ("accepts_any_features",),
    "kill_asof__wrong_recency_zero_expected": ("rejects_any_features",),
    "logistic_loss_grad__wrong_no_half_once_again": ("penalty_not_halved",),
    "logistic_loss_grad__wrong_intercept_penalised_once_again": ("intercept_penalised",),
    "logistic_loss_grad__wrong_penalty_by_n_once_more": ("penalty_averaged",),
    "logistic_loss_grad__wrong_overflow_once_again": ("overflows",),
    "logistic_loss_grad__wrong_clipped_p_once_more": ("probabilities_clipped",),
    "logistic_loss_grad__wrong_clipped_z_once_again": ("z_clipped",),
    "logistic_loss_grad__wrong_penalty_norm": ("length_not_squared",),
    "logistic_loss_grad__wrong_gradient_unpenalised": ("penalty_not_in_gradient",),
    "logistic_loss_grad__wrong_half_gradient": ("penalty_not_halved",),
    "logistic_loss_grad__wrong_zero_times_inf": ("overflows",),
    "calibration_table__wrong_ties_reversed_once_more": ("ties_out_of_order",),
    "calibration_table__wrong_sorted_by_pairs": ("ties_out_of_order",),
    "calibration_table__wrong_larger_last": ("larger_bins_anywhere",),
    "calibration_table__wrong_ceil_chunks": ("rest_in_the_last_bin",),
    "calibration_table__wrong_qcut_once_more": ("equal_probabilities_share_a_bin",),
    "calibration_table__wrong_unweighted_ece_once_more": ("bins_not_weighted",),
    "calibration_table__wrong_signed_gaps": ("gaps_cancel",),
    "calibration_table__wrong_labels_aligned_once_more": ("rows_by_label",),
    "calibration_table__wrong_empty_bins_kept": ("empty_bins_kept",),
    "ece_floor__wrong_mean_outcome_once_more": ("error_of_the_mean_outcome",),
    "ece_floor__wrong_at_most": ("redeems_at_p",),
    "ece_floor__wrong_p_sorted_first": ("customers_out_of_order",),
    "ece_floor__wrong_quantile_higher": ("not_interpolated",),
    "ece_floor__wrong_normal_quantile_once_more": ("two_standard_deviations",),
    "ece_floor__wrong_median_once_more": ("median_for_mean",),
    "ece_floor__wrong_pooled_simulations": ("simulations_pooled",),
    "ece_floor__wrong_equal_bins": ("errors_without_weights",),
    "ece_floor__wrong_ties_by_descending_sort": ("errors_of_ties_out_of_order",),
    "recalibrate__wrong_raw_probability": ("on_probabilities",),
    "recalibrate__wrong_log_p": ("on_logarithms",),
    "recalibrate__wrong_no_intercept": ("slope_only",),
    "recalibrate__wrong_offset_only": ("intercept_only",),
    "recalibrate__wrong_isotonic_once_again": ("isotonic",),
    "recalibrate__wrong_clip_wide": ("limited_elsewhere",),
    "recalibrate__wrong_balanced_once_more": ("balanced_classes",),
    "choose_offers__wrong_floor_division_once_again": ("one_offer_lost",),
    "choose_offers__wrong_int_of_quotient": ("one_offer_lost",),
    "choose_offers__wrong_running_sum_once_more": ("one_offer_lost",),
    "choose_offers__wrong_infinite_budget_once_again": ("fails_on_an_infinite_budget",),
    "choose_offers__wrong_budget_rounded": ("budget_rounded_up",),
    "choose_offers__wrong_ties_reversed_once_more": ("equal_values_backwards",),
    "choose_offers__wrong_value_not_rounded": ("rounding_errors_sent",),
    "choose_offers__wrong_break_even_included": ("worth_nothing_sent",),
    "choose_offers__wrong_cost_if_redeemed_once_again": ("cost_paid_on_redemption",),
    "choose_offers__wrong_renumbered": ("numbers_among_the_rest",),
    "choose_offers__wrong_ranked_by_p": ("likeliest_first",),
    "propensity_scores__wrong_balanced_once_again": ("everybody_balanced",),
    "propensity_scores__wrong_balanced_once_more": ("everybody_balanced",),
    "propensity_scores__wrong_first_column_once_more": ("chance_of_no_coupon",),
    "propensity_scores__wrong_decision_function": ("odds_for_probabilities",),
    "propensity_scores__wrong_base_rate_once_more": ("base_rate_for_all",),
    "propensity_scores__wrong_deep_tree_once_again": ("tree_without_limit",),
    "propensity_scores__wrong_one_feature_once_more": ("one_feature",),
    "calibration_table__wrong_predicted_midpoint": ("median_for_prediction",),
}


# ---- Fourteenth bank --------------------------------------------------------------------------


def _bp_fourteenth(defect):
    now = (1, 2, 10, 15)
    return {
        "coupons_counted": ([(1, 1, 1, 5), now], [(1, 1, 2), (1, 1, 3)], 10),
        "future_known": ([(1, 1, 1, 5), now, (1, 3, 20, 25)], [(1, 1, 2), (1, 3, 21)], 10),
        "unfinished_campaigns": ([(1, 1, 1, 5), (1, 3, 6, 12), now], [], 10),
        "any_campaign": ([(1, 1, 1, 5), (1, 3, 4, 8), now], [(1, 1, 2)], 10),
        "newcomers_dropped": ([(1, 1, 1, 5), now, (2, 2, 10, 15)], [], 10),
        "last_day_forgotten": ([(1, 1, 1, 9), now], [], 10),
    }[defect]


def break_persona__right_one_each_fourteenth(defect):
    return _bp_fourteenth(defect)


def break_persona__right_one_history(defect):
    sent = [
        (7, 1, 1, 5),
        (7, 2, 3, 19),
        (7, 3, 15, 25),
        (7, 4, 20, 30),
        (7, 5, 22, 40),
        (8, 4, 20, 30),
        (8, 3, 15, 25),
    ]
    return sent, [(7, 1, 2), (7, 1, 2), (7, 1, 4), (7, 3, 16), (7, 5, 23), (8, 3, 20)], 20


def break_persona__right_shifted(defect):
    """The same histories with other numbers and days, in another order of rows."""
    sent, redeemed, today = _bp_fourteenth(defect)
    sent = [(h + 100, c + 50, a + 90, b + 90) for h, c, a, b in sent][::-1]
    return sent, [(h + 100, c + 50, d + 90) for h, c, d in redeemed][::-1], today + 90


def build_labels__right_merge_fourteenth(campaigns, desc, redemptions):
    r = redemptions.merge(desc, on="campaign_id")
    r = r[r["redemption_date"].between(r["start_date"], r["end_date"])]
    r = r[["household_id", "campaign_id"]].drop_duplicates().assign(y=1)
    out = campaigns[["household_id", "campaign_id"]].merge(
        r, on=["household_id", "campaign_id"], how="left"
    )
    out["y"] = out["y"].fillna(0).astype(int)
    return out


def build_labels__right_sets(campaigns, desc, redemptions):
    dates = {
        c: (a, b)
        for c, a, b in zip(desc["campaign_id"], desc["start_date"], desc["end_date"], strict=True)
    }
    hit = set()
    for h, c, d in zip(
        redemptions["household_id"],
        redemptions["campaign_id"],
        redemptions["redemption_date"],
        strict=True,
    ):
        if c in dates and dates[c][0] <= d <= dates[c][1]:
            hit.add((h, c))
    rows = [
        (h, c, int((h, c) in hit))
        for h, c in zip(campaigns["household_id"], campaigns["campaign_id"], strict=True)
    ]
    return pd.DataFrame(rows, columns=["household_id", "campaign_id", "y"])


def build_labels__right_index(campaigns, desc, redemptions):
    d = desc.set_index("campaign_id")
    start = redemptions["campaign_id"].map(d["start_date"])
    end = redemptions["campaign_id"].map(d["end_date"])
    day = redemptions["redemption_date"]
    ok = redemptions[((day >= start) & (day <= end)).to_numpy()]
    keys = ["household_id", "campaign_id"]
    hit = pd.MultiIndex.from_frame(campaigns[keys]).isin(pd.MultiIndex.from_frame(ok[keys]))
    return campaigns[keys].reset_index(drop=True).assign(y=hit.astype(int))


_COLS_fourteenth = ["baskets", "sales", "coupons", "recency"]


def asof_features__right_loops_fourteenth(tx, targets, lookback):
    rows = []
    for h, start in zip(targets["household_id"], targets["start_date"], strict=True):
        mine = tx[tx["household_id"] == h]
        age = (start - mine["day"]).dt.days
        mine, age = mine[(age >= 1) & (age <= lookback)], age[(age >= 1) & (age <= lookback)]
        rows.append(
            (
                float(mine["basket_id"].nunique()),
                float(mine["sales_value"].sum()),
                float((mine["coupon_disc"] > 0).sum()),
                float(age.min()) if len(age) else float(lookback),
            )
        )
    return pd.DataFrame(rows, columns=_COLS_fourteenth, index=targets.index, dtype=float)


def asof_features__right_merge_fourteenth(tx, targets, lookback):
    t = (
        targets[["household_id", "start_date"]]
        .reset_index(drop=True)
        .rename_axis("row")
        .reset_index()
    )
    m = t.merge(tx, on="household_id")
    m["age"] = (m["start_date"] - m["day"]).dt.days
    m = m[m["age"].between(1, lookback)].assign(c=lambda d: (d["coupon_disc"] > 0).astype(int))
    g = m.groupby("row").agg(
        baskets=("basket_id", "nunique"),
        sales=("sales_value", "sum"),
        coupons=("c", "sum"),
        recency=("age", "min"),
    )
    g = g.reindex(range(len(t)))
    g["recency"] = g["recency"].fillna(lookback)
    return g.fillna(0.0).set_axis(targets.index, axis=0)[_COLS_fourteenth]


def asof_features__right_dicts(tx, targets, lookback):
    by = defaultdict(list)
    for h, b, d, s, c in zip(
        *(tx[x] for x in ("household_id", "basket_id", "day", "sales_value", "coupon_disc")),
        strict=True,
    ):
        by[h].append((d, b, s, c))
    out = {c: [] for c in _COLS_fourteenth}
    one = pd.Timedelta(days=1)
    for h, start in zip(targets["household_id"], targets["start_date"], strict=True):
        seen = [x for x in by.get(h, []) if start - lookback * one <= x[0] < start]
        out["baskets"].append(len({x[1] for x in seen}))
        out["sales"].append(math.fsum(x[2] for x in seen))
        out["coupons"].append(sum(x[3] > 0 for x in seen))
        out["recency"].append(min(((start - x[0]).days for x in seen), default=lookback))
    return pd.DataFrame(out, index=targets.index)


def asof_features__right_baskets_first(tx, targets, lookback):
    b = (
        tx.assign(c=tx["coupon_disc"].gt(0))
        .groupby(["household_id", "basket_id", "day"], as_index=False)
        .agg(s=("sales_value", "sum"), c=("c", "sum"))
    )
    key = pd.DataFrame(
        {
            "household_id": targets["household_id"].to_numpy(),
            "start": targets["start_date"].to_numpy(),
        }
    ).drop_duplicates()
    m = key.merge(b, on="household_id")
    m["age"] = (m["start"] - m["day"]).dt.days
    m = m[(m["age"] > 0) & (m["age"] <= lookback)]
    g = m.groupby(["household_id", "start"]).agg(
        baskets=("basket_id", "nunique"),
        sales=("s", "sum"),
        coupons=("c", "sum"),
        recency=("age", "min"),
    )
    want = pd.MultiIndex.from_arrays(
        [targets["household_id"], targets["start_date"]], names=["household_id", "start"]
    )
    g = g.reindex(want)
    g["recency"] = g["recency"].fillna(lookback)
    g = g.fillna(0.0)
    g.index = targets.index
    return g[_COLS_fourteenth]


def logistic_loss_grad__right_logaddexp_fourteenth(w, b, X, y, l2):
    z = X @ w + b
    r = expit(z) - y
    loss = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)
    return float(loss), X.T @ r / len(y) + l2 * w, float(r.mean())


def logistic_loss_grad__right_loops_fourteenth(w, b, X, y, l2):
    n, k = X.shape
    total, gw, gb = 0.0, [0.0] * k, 0.0
    for x, t in zip(X.tolist(), np.asarray(y).tolist(), strict=True):
        z = sum(a * c for a, c in zip(w.tolist(), x, strict=True)) + b
        total += max(z, 0.0) + math.log1p(math.exp(-abs(z))) - t * z
        p = 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
        gb += p - t
        for j in range(k):
            gw[j] += (p - t) * x[j]
    pen = 0.5 * l2 * sum(a * a for a in w.tolist())
    return (
        total / n + pen,
        np.array([g / n + l2 * a for g, a in zip(gw, w.tolist(), strict=True)]),
        gb / n,
    )


def logistic_loss_grad__right_signs(w, b, X, y, l2):
    A = np.column_stack([np.asarray(X, float), np.ones(len(X))])
    v = np.append(np.asarray(w, float), b)
    s = np.where(np.asarray(y) == 1, -1.0, 1.0)
    m = s * (A @ v)
    loss = (np.maximum(m, 0) + np.log1p(np.exp(-np.abs(m)))).mean() + l2 * np.square(w).sum() / 2
    g = (s * 0.5 * (1 + np.tanh(m / 2))) @ A / len(A)
    return float(loss), g[:-1] + l2 * np.asarray(w, float), float(g[-1])


def _ll_fourteenth(
    w, b, X, y, l2, *, loss=None, z_clip=None, pen=0.5, gpen=1.0, bpen=0.0, div=None
):
    z = X @ w + b
    if z_clip:
        z = np.clip(z, -z_clip, z_clip)
    n = len(y)
    r = expit(z) - y
    L = np.mean(np.logaddexp(0, z) - y * z) if loss is None else loss(z)
    return (
        float(L + l2 * pen * (w @ w) + l2 * bpen * b * b / 2),
        X.T @ r / n + gpen * l2 * w,
        float(r.mean() + bpen * l2 * b),
    )


def logistic_loss_grad__wrong_linear_beyond_20(w, b, X, y, l2):
    """Takes the loss as max(0, z) - yz as soon as any |z| passes 20, for all rows: rows near 0 lose log 2."""

    def loss(z):
        soft = np.maximum(z, 0) if np.abs(z).max() > 20 else np.logaddexp(0, z)
        return np.mean(soft - y * z)

    return _ll_fourteenth(w, b, X, y, l2, loss=loss)


def calibration_table__right_array_split_fourteenth(y, p, bins):
    y, p = np.asarray(y, float), np.asarray(p, float)
    parts = np.array_split(np.argsort(p, kind="stable"), min(bins, len(p)))
    t = pd.DataFrame({"n": [len(q) for q in parts], "predicted": [p[q].mean() for q in parts],
                      "observed": [y[q].mean() for q in parts]})  # fmt: skip
    return t, float((t["n"] * (t["predicted"] - t["observed"]).abs()).sum() / len(p))


def calibration_table__right_loops_fourteenth(y, p, bins):
    pairs = sorted(zip(list(p), list(y), strict=True), key=lambda t: t[0])
    b = min(bins, len(pairs))
    size, extra = divmod(len(pairs), b)
    rows, at, ece = [], 0, 0.0
    for k in range(b):
        part = pairs[at : at + size + (k < extra)]
        at += len(part)
        pred, obs = sum(a for a, _ in part) / len(part), sum(c for _, c in part) / len(part)
        rows.append((len(part), pred, obs))
        ece += len(part) * abs(pred - obs) / len(pairs)
    return pd.DataFrame(rows, columns=["n", "predicted", "observed"]), float(ece)


def calibration_table__right_groupby_fourteenth(y, p, bins):
    d = pd.DataFrame({"p": np.asarray(p, float), "y": np.asarray(y, float)}).sort_values(
        "p", kind="mergesort"
    )
    n, b = len(d), min(bins, len(d))
    size, extra = n // b, n % b
    d["bin"] = np.repeat(np.arange(b), [size + 1] * extra + [size] * (b - extra))
    t = (
        d.groupby("bin")
        .agg(n=("p", "size"), predicted=("p", "mean"), observed=("y", "mean"))
        .rename_axis(None)
    )
    return t, float(np.average((t["predicted"] - t["observed"]).abs(), weights=t["n"]))


def ece_floor__right_table_fourteenth(p, u, bins):
    p, u = np.asarray(p, float), np.asarray(u, float)
    e = [
        calibration_table__right_array_split_fourteenth((row < p).astype(int), p, bins)[1]
        for row in u
    ]
    return float(np.mean(e)), float(np.quantile(e, 0.95))


def ece_floor__right_reduceat_fourteenth(p, u, bins):
    p, u = np.asarray(p, float), np.asarray(u, float)
    order = np.argsort(p, kind="stable")
    b = min(bins, len(p))
    starts = np.concatenate([[0], np.cumsum([len(x) for x in np.array_split(order, b)])[:-1]])
    d = ((u < p).astype(float) - p)[:, order]
    e = np.abs(np.add.reduceat(d, starts, axis=1)).sum(axis=1) / len(p)
    return float(e.mean()), float(np.quantile(e, 0.95))


def ece_floor__right_loops(p, u, bins):
    p = [float(x) for x in p]
    order = sorted(range(len(p)), key=p.__getitem__)
    b = min(bins, len(p))
    size, extra = divmod(len(p), b)
    errors = []
    for row in np.asarray(u).tolist():
        at, e = 0, 0.0
        for k in range(b):
            m = size + (k < extra)
            e += abs(sum(p[i] - (row[i] < p[i]) for i in order[at : at + m]))
            at += m
        errors.append(e / len(p))
    errors.sort()
    h = 0.95 * (len(errors) - 1)
    lo = int(h)
    hi = min(lo + 1, len(errors) - 1)
    return sum(errors) / len(errors), errors[lo] + (h - lo) * (errors[hi] - errors[lo])


def _lo_fourteenth(p, eps=1e-6):
    return logit(np.clip(np.asarray(p, float), eps, 1 - eps))


def recalibrate__right_sklearn_fourteenth(p_old, y_old, p_new):
    m = LogisticRegression(C=np.inf, max_iter=10_000, tol=1e-10)
    m.fit(_lo_fourteenth(p_old)[:, None], np.asarray(y_old))
    return m.predict_proba(_lo_fourteenth(p_new)[:, None])[:, list(m.classes_).index(1)]


def recalibrate__right_newton_fourteenth(p_old, y_old, p_new):
    x, y = _lo_fourteenth(p_old), np.asarray(y_old, float)
    c, s = x.mean(), x.std()
    A = np.column_stack([np.ones_like(x), (x - c) / s])
    f = lambda v: np.mean(np.logaddexp(0, A @ v) - y * (A @ v))  # noqa: E731
    v = np.zeros(2)
    for _ in range(200):
        q = expit(A @ v)
        H = (A * (q * (1 - q))[:, None]).T @ A + 1e-12 * np.eye(2)
        d, t = np.linalg.solve(H, A.T @ (q - y)), 1.0
        while f(v - t * d) > f(v) and t > 1e-9:
            t /= 2
        v = v - t * d
        if np.abs(d).max() < 1e-12:
            break
    return expit(v[0] + v[1] * (_lo_fourteenth(p_new) - c) / s)


def recalibrate__right_bfgs_fourteenth(p_old, y_old, p_new):
    x, y = _lo_fourteenth(p_old), np.asarray(y_old, float)
    c, s = x.mean(), x.std()
    z = (x - c) / s

    def f(v):
        m = v[0] + v[1] * z
        r = expit(m) - y
        return np.mean(np.logaddexp(0, m) - y * m), np.array([r.mean(), (r * z).mean()])

    v = minimize(f, np.zeros(2), jac=True, method="BFGS", options={"gtol": 1e-9}).x
    return expit(v[0] + v[1] * (_lo_fourteenth(p_new) - c) / s)


def choose_offers__right_numpy_fourteenth(p, margin, cost, budget):
    v = np.round(np.asarray(p, float) * np.asarray(margin, float) - cost, 9)
    order = np.argsort(-v, kind="stable")
    order = order[v[order] > 0]
    if np.isfinite(budget):
        order = order[: int(math.floor(budget / cost + 1e-9))]
    return order.tolist()


def choose_offers__right_loop(p, margin, cost, budget):
    good = []
    for i, (a, m) in enumerate(zip(p, margin, strict=True)):
        v = round(float(a) * float(m) - cost, 9)
        if v > 0:
            good.append((-v, i))
    out = []
    for _, i in sorted(good):
        if (len(out) + 1) * cost > budget + 1e-9:
            break
        out.append(i)
    return out


def choose_offers__right_fractions(p, margin, cost, budget):
    s = pd.Series((np.asarray(p, float) * np.asarray(margin, float) - cost).round(9))
    s = s[s > 0].sort_values(ascending=False, kind="stable")
    if budget == math.inf:
        return [int(i) for i in s.index]
    can = Fraction(repr(float(budget))) // Fraction(repr(float(cost)))
    return [int(i) for i in s.index[: int(can)]]
