"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import functools

import numpy as np
import pandas as pd
from scipy import optimize
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from solutions.propensity import reference

# ---- break_persona --------------------------------------------------------------------------

# Each differs from the correct profile by one decision, so that each is one mistake.


def _persona(defect, sent, redeemed, today):
    rows = {household: [0, 0] for household, _, start, _ in sent if start == today}
    if defect == "newcomers_dropped":
        earlier = {household for household, _, _, end in sent if end < today}
        rows = {household: row for household, row in rows.items() if household in earlier}
    last = today - 2 if defect == "last_day_forgotten" else today - 1
    for household, campaign, start, end in sent:
        if household not in rows:
            continue
        days = [
            day
            for h, c, day in redeemed
            if h == household and (c == campaign or defect == "any_campaign")
        ]
        sent_by_now = start < today if defect == "unfinished_campaigns" else end <= last
        decided = sent_by_now
        if defect == "future_known":
            sent_by_now = decided or start > today
            decided = decided or any(day >= today for day in days)
        rows[household][0] += sent_by_now
        if decided:
            rows[household][1] += len(days) if defect == "coupons_counted" else int(len(days) > 0)
    return [[household, *rows[household]] for household in sorted(rows)]


def correct(sent, redeemed, today):
    """The profile without a defect, by the same steps as the flawed ones."""
    return _persona(None, sent, redeemed, today)


def coupons_counted(sent, redeemed, today):
    """Coupons were counted, not campaigns."""
    return _persona("coupons_counted", sent, redeemed, today)


def future_known(sent, redeemed, today):
    """What happens later was known today."""
    return _persona("future_known", sent, redeemed, today)


def unfinished_campaigns(sent, redeemed, today):
    """A campaign that still runs counted as if it were decided."""
    return _persona("unfinished_campaigns", sent, redeemed, today)


def any_campaign(sent, redeemed, today):
    """A coupon of one campaign counted for all of them."""
    return _persona("any_campaign", sent, redeemed, today)


def newcomers_dropped(sent, redeemed, today):
    """Households without a past had no row."""
    return _persona("newcomers_dropped", sent, redeemed, today)


def last_day_forgotten(sent, redeemed, today):
    """A campaign that ended yesterday did not count."""
    return _persona("last_day_forgotten", sent, redeemed, today)


FLAWED = {
    function.__name__: function
    for function in (
        coupons_counted,
        future_known,
        unfinished_campaigns,
        any_campaign,
        newcomers_dropped,
        last_day_forgotten,
    )
}


def same_history_for_all(defect):
    """You return the same history for every defect, and some defects change nothing on it. For
    example, with a single coupon it makes no difference whether coupons or campaigns are counted.
    """
    return [(1, 7, 50, 80), (1, 9, 100, 130)], [(1, 7, 60)], 100


def nobody_to_decide_about(defect):
    """No campaign starts ``today``, so every profile is empty, flawed or not."""
    return [(1, 7, 50, 80), (1, 8, 90, 99)], [(1, 7, 60), (1, 7, 61)], 100


def redeemed_without_being_sent(defect):
    """A coupon was redeemed by a household that was not sent the campaign, or outside its days.
    That does not happen in our data: return a history that could have happened.
    """
    return [(1, 9, 100, 130)], [(1, 7, 60)], 100


def a_whole_year(defect):
    """Your history is too long: at most 8 rows and 8 coupons, so that one can check it by hand."""
    return [(h, 9, 100, 130) for h in range(20)], [(h, 9, 105) for h in range(20)], 100


def not_three_values(defect):
    """Return all three arguments: who was sent what, what was redeemed, and today."""
    return [(1, 7, 50, 80)]


def _but(defect, *history):
    """The right answer, but with another history for one defect."""
    return lambda asked: history if asked == defect else reference.break_persona(asked)


_OLD, _NEW = (1, 7, 50, 80), (1, 9, 100, 130)


def two_coupons_never_in_one_campaign(defect):
    """On your history for ``coupons_counted`` no household with a row has two coupons of one
    campaign that ended before today. With one coupon for each campaign both profiles count the
    same.
    """
    return _but("coupons_counted", [_OLD, _NEW], [(1, 7, 60)], 100)(defect)


two_coupons_never_in_one_campaign__two_campaigns = _but(
    "coupons_counted", [_OLD, (1, 8, 90, 95), _NEW], [(1, 7, 60), (1, 8, 91)], 100
)
two_coupons_never_in_one_campaign__one_unredeemed = _but(
    "coupons_counted", [_OLD, (1, 8, 90, 95), _NEW], [(1, 7, 60)], 100
)
two_coupons_never_in_one_campaign__campaign_of_today = _but(
    "coupons_counted", [_OLD, _NEW], [(1, 9, 101), (1, 9, 102)], 100
)
two_coupons_never_in_one_campaign__newcomer = _but(
    "coupons_counted", [_NEW], [(1, 9, 101), (1, 9, 102)], 100
)
two_coupons_never_in_one_campaign__still_running = _but(
    "coupons_counted", [_OLD, (1, 8, 90, 110), _NEW], [(1, 8, 91), (1, 8, 92)], 100
)
two_coupons_never_in_one_campaign__other_household = _but(
    "coupons_counted", [_OLD, (2, 9, 100, 130), (2, 7, 50, 80)], [(1, 7, 60), (1, 7, 61)], 100
)


def nothing_happens_later(defect):
    """On your history for ``future_known`` nothing happens later to a household that has a row: no
    campaign starts after today, and no coupon is redeemed today or later.
    """
    return _but("future_known", [_OLD, _NEW], [(1, 7, 60)], 100)(defect)


nothing_happens_later__newcomer = _but("future_known", [_NEW], [], 100)
nothing_happens_later__two_coupons = _but(
    "future_known", [_OLD, _NEW], [(1, 7, 60), (1, 7, 61)], 100
)
nothing_happens_later__still_running = _but("future_known", [_OLD, (1, 8, 90, 110), _NEW], [], 100)
nothing_happens_later__running_newcomer = _but("future_known", [(1, 8, 90, 110), _NEW], [], 100)
nothing_happens_later__running_coupon = _but(
    "future_known", [_OLD, (1, 8, 90, 110), _NEW], [(1, 8, 91)], 100
)
nothing_happens_later__with_a_newcomer = _but(
    "future_known", [_OLD, _NEW, (2, 9, 100, 130)], [(1, 7, 60), (1, 7, 61)], 100
)
nothing_happens_later__two_campaigns = _but(
    "future_known", [_OLD, (1, 8, 90, 95), _NEW], [(1, 7, 60)], 100
)


def nothing_is_running(defect):
    """On your history for ``unfinished_campaigns`` no household with a row has a campaign that
    started before today and has not ended by yesterday.
    """
    return _but("unfinished_campaigns", [_OLD, _NEW], [], 100)(defect)


nothing_is_running__newcomer = _but("unfinished_campaigns", [_NEW], [], 100)
nothing_is_running__coupon_today = _but("unfinished_campaigns", [_OLD, _NEW], [(1, 9, 105)], 100)
nothing_is_running__later = _but("unfinished_campaigns", [_OLD, _NEW, (1, 10, 140, 150)], [], 100)
nothing_is_running__ended_yesterday = _but(
    "unfinished_campaigns", [_OLD, (1, 8, 90, 99), _NEW], [], 100
)
nothing_is_running__ended_yesterday_alone = _but(
    "unfinished_campaigns", [(1, 8, 90, 99), _NEW], [], 100
)
nothing_is_running__other_household = _but(
    "unfinished_campaigns", [_NEW, (2, 8, 90, 110), (2, 7, 50, 80)], [], 100
)


def campaigns_share_no_coupon(defect):
    """On your history for ``any_campaign`` there is no household with a row that redeemed a coupon
    of one campaign and none of another one, where the other one ended before today.
    """
    return _but("any_campaign", [_OLD, _NEW], [(1, 7, 60)], 100)(defect)


campaigns_share_no_coupon__no_coupon = _but("any_campaign", [_OLD, (1, 8, 90, 95), _NEW], [], 100)
campaigns_share_no_coupon__two_coupons = _but(
    "any_campaign", [_OLD, _NEW], [(1, 7, 60), (1, 7, 61)], 100
)
campaigns_share_no_coupon__both_redeemed = _but(
    "any_campaign", [_OLD, (1, 8, 90, 95), _NEW], [(1, 7, 60), (1, 8, 91)], 100
)
campaigns_share_no_coupon__newcomer = _but("any_campaign", [_NEW], [(1, 9, 105)], 100)
campaigns_share_no_coupon__still_running = _but(
    "any_campaign", [_OLD, (1, 8, 90, 110), _NEW], [(1, 7, 60)], 100
)
campaigns_share_no_coupon__other_household = _but(
    "any_campaign", [(1, 7, 50, 80), _NEW, (2, 8, 40, 45), (2, 9, 100, 130)], [(1, 7, 60)], 100
)


def everybody_has_a_past(defect):
    """On your history for ``newcomers_dropped`` every household that is sent a campaign today was
    sent another one that ended before today. So no row can be lost.
    """
    return _but("newcomers_dropped", [_OLD, _NEW], [], 100)(defect)


everybody_has_a_past__redeemed = _but("newcomers_dropped", [_OLD, _NEW], [(1, 7, 60)], 100)
everybody_has_a_past__two_coupons = _but(
    "newcomers_dropped", [_OLD, _NEW], [(1, 7, 60), (1, 7, 61)], 100
)
everybody_has_a_past__new_one_later = _but(
    "newcomers_dropped", [_OLD, _NEW, (2, 10, 140, 150)], [], 100
)
everybody_has_a_past__later_too = _but(
    "newcomers_dropped", [_OLD, _NEW, (1, 10, 140, 150)], [], 100
)
everybody_has_a_past__still_running = _but(
    "newcomers_dropped", [_OLD, (1, 8, 90, 110), _NEW], [], 100
)


def nothing_ended_yesterday(defect):
    """On your history for ``last_day_forgotten`` no household with a row has a campaign that ended
    yesterday, on ``today - 1``.
    """
    return _but("last_day_forgotten", [_OLD, _NEW], [], 100)(defect)


nothing_ended_yesterday__coupon = _but("last_day_forgotten", [_OLD, _NEW], [(1, 9, 105)], 100)
nothing_ended_yesterday__newcomer = _but("last_day_forgotten", [_NEW], [], 100)
nothing_ended_yesterday__today = _but("last_day_forgotten", [_OLD, (1, 8, 90, 100), _NEW], [], 100)
nothing_ended_yesterday__today_alone = _but("last_day_forgotten", [(1, 8, 90, 100), _NEW], [], 100)
nothing_ended_yesterday__today_with_coupon = _but(
    "last_day_forgotten", [(1, 8, 90, 100), _NEW], [(1, 8, 91)], 100
)


# An input that is not allowed may be returned for one defect alone.
for _defect in FLAWED:
    for _wrong in (nobody_to_decide_about, redeemed_without_being_sent, a_whole_year):
        globals()[f"{_wrong.__name__}__in_{_defect}"] = _but(_defect, *_wrong(_defect))


# ---- build_labels ---------------------------------------------------------------------------

_PAIR = ["household_id", "campaign_id"]


def one_row_per_coupon(campaigns, desc, redemptions):
    """A household that redeemed several coupons of a campaign has several rows in your table. Make
    the pairs unique before you join.
    """
    dated = redemptions.merge(desc, on="campaign_id")
    in_time = dated["redemption_date"].between(dated["start_date"], dated["end_date"])
    positive = dated.loc[in_time, _PAIR].assign(y=1)
    labels = campaigns[_PAIR].merge(positive, on=_PAIR, how="left")
    return labels.fillna({"y": 0}).astype({"y": int})


def redeemed_in_any_campaign(campaigns, desc, redemptions):
    """A coupon of one campaign made all campaigns of the household positive: household and campaign
    must both agree.
    """
    dated = redemptions.merge(desc, on="campaign_id")
    in_time = dated["redemption_date"].between(dated["start_date"], dated["end_date"])
    y = campaigns["household_id"].isin(dated.loc[in_time, "household_id"]).astype(int)
    return campaigns[_PAIR].assign(y=y).reset_index(drop=True)


def refusals_lost(campaigns, desc, redemptions):
    """Only the pairs that redeemed are left. The zeros are missing, and without zeros a model has
    nothing to learn.
    """
    labels = reference.build_labels(campaigns, desc, redemptions)
    return labels[labels["y"] == 1].reset_index(drop=True)


def late_redemptions_count(campaigns, desc, redemptions):
    """A coupon counted although it was redeemed before its campaign began or after it ended.
    Compare the dates.
    """
    always = desc.assign(start_date=pd.Timestamp.min, end_date=pd.Timestamp.max)
    return reference.build_labels(campaigns, always, redemptions)


def last_day_left_out(campaigns, desc, redemptions):
    """You left out the last day of a campaign. It belongs to the campaign, and so does the
    first.
    """
    shorter = desc.assign(end_date=desc["end_date"] - pd.Timedelta(days=1))
    return reference.build_labels(campaigns, shorter, redemptions)


def late_redemptions_count__start_not_compared(campaigns, desc, redemptions):
    always = desc.assign(start_date=pd.Timestamp.min)
    return reference.build_labels(campaigns, always, redemptions)


def late_redemptions_count__end_not_compared(campaigns, desc, redemptions):
    always = desc.assign(end_date=pd.Timestamp.max)
    return reference.build_labels(campaigns, always, redemptions)


def late_redemptions_count__one_day_more(campaigns, desc, redemptions):
    longer = desc.assign(end_date=desc["end_date"] + pd.Timedelta(days=1))
    return reference.build_labels(campaigns, longer, redemptions)


def last_day_left_out__first_day_too(campaigns, desc, redemptions):
    one_day = pd.Timedelta(days=1)
    shorter = desc.assign(
        start_date=desc["start_date"] + one_day, end_date=desc["end_date"] - one_day
    )
    return reference.build_labels(campaigns, shorter, redemptions)


def first_day_left_out(campaigns, desc, redemptions):
    """You left out the first day of a campaign. It belongs to the campaign: a coupon that is
    redeemed on it counts.
    """
    shorter = desc.assign(start_date=desc["start_date"] + pd.Timedelta(days=1))
    return reference.build_labels(campaigns, shorter, redemptions)


def anybody_redeemed(campaigns, desc, redemptions):
    """If one household redeemed a coupon of a campaign, all households of the campaign have a 1 in
    your answer. The household must agree too, not only the campaign.
    """
    labels = reference.build_labels(redemptions[_PAIR].drop_duplicates(), desc, redemptions)
    redeemed = labels.loc[labels["y"] == 1, "campaign_id"]
    y = campaigns["campaign_id"].isin(redeemed).astype(int)
    return campaigns[_PAIR].assign(y=y).reset_index(drop=True)


def coupons_for_labels(campaigns, desc, redemptions):
    """``y`` is the number of coupons. It must be 1 for a household that redeemed two of them."""
    dated = redemptions.merge(desc, on="campaign_id")
    in_time = dated["redemption_date"].between(dated["start_date"], dated["end_date"])
    counts = dated.loc[in_time, _PAIR].groupby(_PAIR, as_index=False).size()
    labels = campaigns[_PAIR].merge(counts.rename(columns={"size": "y"}), on=_PAIR, how="left")
    return labels.fillna({"y": 0}).astype({"y": int})


def refusals_missing(campaigns, desc, redemptions):
    """``y`` is missing for those who did not redeem, as a left join leaves it. It must be 0."""
    labels = reference.build_labels(campaigns, desc, redemptions).astype({"y": float})
    return labels.assign(y=labels["y"].where(labels["y"] == 1))


def labels_upside_down(campaigns, desc, redemptions):
    """Your 1 and 0 are exchanged: ``y`` must be 1 for a household that redeemed."""
    labels = reference.build_labels(campaigns, desc, redemptions)
    return labels.assign(y=1 - labels["y"])


def labels_joined_by_index(campaigns, desc, redemptions):
    """Your labels were put to rows by the label of the index. Where two rows of ``campaigns`` have
    the same label, one of them has the other one's ``y``.
    """
    labels = reference.build_labels(campaigns, desc, redemptions)
    by_label = pd.Series(labels["y"].to_numpy(), campaigns.index).groupby(level=0).max()
    y = by_label.reindex(campaigns.index).to_numpy()
    return labels.assign(y=y)


def callers_campaigns_changed(campaigns, desc, redemptions):
    """You changed a table of the caller. Copy it before you write into it."""
    campaigns["y"] = reference.build_labels(campaigns, desc, redemptions)["y"].to_numpy()
    return campaigns


def one_coupon_decides(campaigns, desc, redemptions):
    """Only one coupon of each household and campaign was looked at. One may be too late and another
    in time: compare the dates before you make the pairs unique.
    """
    one = redemptions.drop_duplicates(_PAIR)
    return reference.build_labels(campaigns, desc, one)


def one_coupon_decides__last(campaigns, desc, redemptions):
    one = redemptions.drop_duplicates(_PAIR, keep="last")
    return reference.build_labels(campaigns, desc, one)


def one_coupon_decides__earliest(campaigns, desc, redemptions):
    one = redemptions.sort_values("redemption_date").drop_duplicates(_PAIR)
    return reference.build_labels(campaigns, desc, one)


def one_coupon_decides__latest(campaigns, desc, redemptions):
    one = redemptions.sort_values("redemption_date").drop_duplicates(_PAIR, keep="last")
    return reference.build_labels(campaigns, desc, one)


def all_coupons_must_be_in_time(campaigns, desc, redemptions):
    """A late coupon made the label 0, although another one was in time. One in time is enough."""
    dated = redemptions.merge(desc, on="campaign_id")
    in_time = dated["redemption_date"].between(dated["start_date"], dated["end_date"])
    late = pd.MultiIndex.from_frame(dated.loc[~in_time, _PAIR])
    labels = reference.build_labels(campaigns, desc, redemptions)
    is_late = pd.MultiIndex.from_frame(labels[_PAIR]).isin(late)
    return labels.assign(y=labels["y"].where(~is_late, 0))


def redeemers_never_sent(campaigns, desc, redemptions):
    """Your table has a row for a pair that is not in ``campaigns``. Only households that were sent
    the campaign may have a row, whatever the redemptions hold.
    """
    pairs = pd.concat([campaigns[_PAIR], redemptions[_PAIR]]).drop_duplicates()
    return reference.build_labels(pairs, desc, redemptions)


def redeemers_never_sent__in_time(campaigns, desc, redemptions):
    everybody = redeemers_never_sent(campaigns, desc, redemptions)
    was_sent = np.arange(len(everybody)) < len(campaigns)
    return everybody[was_sent | (everybody["y"] == 1)].reset_index(drop=True)


def redeemers_never_sent__sorted(campaigns, desc, redemptions):
    everybody = redeemers_never_sent__in_time(campaigns, desc, redemptions)
    return everybody.sort_values(_PAIR, ignore_index=True)


def rows_sorted(campaigns, desc, redemptions):
    """The labels may be right, but the rows are not in the order of ``campaigns``: they are sorted
    by household and campaign, as ``groupby`` and an outer join leave them.
    """
    labels = reference.build_labels(campaigns, desc, redemptions)
    return labels.sort_values(_PAIR, ignore_index=True)


def rows_sorted__campaign_first(campaigns, desc, redemptions):
    labels = reference.build_labels(campaigns, desc, redemptions)
    return labels.sort_values(_PAIR[::-1], ignore_index=True)


def coupon_of_another_campaign(campaigns, desc, redemptions):
    """A coupon counted for every campaign that ran on the day, though it belongs to one campaign:
    ``campaign_id`` must agree too, not only the household and the dates.
    """
    sent = campaigns[_PAIR].assign(row=range(len(campaigns))).merge(desc, on="campaign_id")
    dated = sent.merge(redemptions.drop(columns="campaign_id"), on="household_id")
    in_time = dated["redemption_date"].between(dated["start_date"], dated["end_date"])
    y = np.isin(np.arange(len(campaigns)), dated.loc[in_time, "row"]).astype(int)
    return campaigns[_PAIR].assign(y=y).reset_index(drop=True)


# ---- asof_features and kill_asof ------------------------------------------------------------


def asof_at_once(tx, targets, lookback):
    """Right, by one table of rows and lines: quick on little data, too large on much."""
    age = (targets["start_date"].to_numpy()[:, None] - tx["day"].to_numpy()).astype("m8[D]")
    age = age.astype(int)
    known = targets["household_id"].to_numpy()[:, None] == tx["household_id"].to_numpy()
    known &= (age >= 1) & (age <= lookback)
    first_lines = ~tx.duplicated(["household_id", "basket_id", "day"])
    features = {
        "baskets": known @ first_lines.to_numpy(int),
        "sales": known @ tx["sales_value"].to_numpy(),
        "coupons": known @ (tx["coupon_disc"] > 0).to_numpy(int),
        "recency": np.where(known, age, lookback).min(1, initial=lookback),
    }
    return pd.DataFrame(features, index=targets.index, dtype=float)


def _with_start(targets, start):
    return targets.assign(start_date=start)


def start_day_included(tx, targets, lookback):
    """The day of the start was counted. On that day the campaign already runs, so a purchase may be
    the very redemption that you predict.
    """
    later = targets["start_date"] + pd.Timedelta(days=1)
    features = asof_at_once(tx, _with_start(targets, later), lookback + 1)
    return features.assign(recency=features["recency"] - 1)


def one_cutoff_for_all(tx, targets, lookback):
    """All rows were cut at the latest start. Each row has its own start: cut at the latest one, the
    earlier rows contain their own future.
    """
    latest = targets["start_date"].max()
    return asof_at_once(tx, _with_start(targets, latest), lookback)


def future_included(tx, targets, lookback):
    """Purchases after the start were counted, and the coupons of the campaign itself are among
    them. The window ends on the day before the start.
    """
    features = asof_at_once(tx, targets, lookback).reset_index(drop=True)
    oldest = targets["start_date"].to_numpy() - np.timedelta64(lookback, "D")
    for row, (household, first) in enumerate(zip(targets["household_id"], oldest, strict=True)):
        mine = tx[(tx["household_id"] == household) & (tx["day"] >= first)]
        if len(mine):
            features.loc[row, "baskets"] = mine["basket_id"].nunique()
            features.loc[row, "sales"] = mine["sales_value"].sum()
            features.loc[row, "coupons"] = (mine["coupon_disc"] > 0).sum()
    return features.set_axis(targets.index)


def no_lookback(tx, targets, lookback):
    """Purchases of any age were counted. Only the last ``lookback`` days before the start count."""
    features = asof_at_once(tx, targets, 100_000)
    return features.assign(recency=features["recency"].clip(upper=lookback))


def oldest_day_left_out(tx, targets, lookback):
    """The window lost its oldest day, ``start_date - lookback``."""
    features = asof_at_once(tx, targets, lookback - 1)
    return features.assign(recency=features["recency"].where(features["baskets"] > 0, lookback))


def silent_dropped(tx, targets, lookback):
    """In your table a household that bought nothing has no row. It must have one: 0, 0, 0 and
    ``lookback``.
    """
    features = asof_at_once(tx, targets, lookback)
    return features[features["baskets"] > 0]


def lines_for_visits(tx, targets, lookback):
    """Your ``baskets`` counts lines. Ten products bought at once are one basket."""
    lines = tx.assign(basket_id=np.arange(len(tx)))
    return asof_at_once(lines, targets, lookback)


def coupon_dollars(tx, targets, lookback):
    """``coupons`` counts lines on which a coupon was used; you added up the USD."""
    lines = tx.assign(sales_value=tx["coupon_disc"])
    dollars = asof_at_once(lines, targets, lookback)["sales"]
    return asof_at_once(tx, targets, lookback).assign(coupons=dollars)


def households_for_rows(tx, targets, lookback):
    """One row of a household gave the features of all its rows. Each has a start of its own."""
    features = asof_at_once(tx, targets, lookback).reset_index(drop=True)
    households = targets["household_id"].reset_index(drop=True)
    first = households.map(pd.Series(households.index, households).groupby(level=0).first())
    return features.loc[first].set_axis(targets.index)


def equal_rows_added_up(tx, targets, lookback):
    """A household has two rows with the same start, and its purchases were counted twice in each.
    Each row must have the same past, counted once.
    """
    features = asof_at_once(tx, targets, lookback)
    twice = targets.duplicated(["household_id", "start_date"], keep=False)
    return features.assign(**features[["sales", "coupons"]].mul(1 + twice, axis=0))


def cut_at_own_latest_start(tx, targets, lookback):
    """All rows of a household were cut at its latest start, so its earlier rows contain their own
    future. Each row has its own start.
    """
    latest = targets.groupby("household_id")["start_date"].transform("max")
    return asof_at_once(tx, _with_start(targets, latest), lookback)


def day_before_left_out(tx, targets, lookback):
    """The day before the start was left out. It is the newest day that is known."""
    one_earlier = targets["start_date"] - pd.Timedelta(days=1)
    features = asof_at_once(tx, _with_start(targets, one_earlier), lookback - 1)
    return features.assign(recency=features["recency"] + 1)


def one_day_too_old(tx, targets, lookback):
    """Your window is one day too long: it begins ``lookback + 1`` days before the start."""
    features = asof_at_once(tx, targets, lookback + 1)
    return features.assign(recency=features["recency"].where(features["baskets"] > 0, lookback))


def recency_zero_when_silent(tx, targets, lookback):
    """In your table the recency of a household that bought nothing is 0, as if it had bought today.
    It must be ``lookback``.
    """
    features = asof_at_once(tx, targets, lookback)
    return features.assign(recency=features["recency"].where(features["baskets"] > 0, 0.0))


def baskets_with_coupons(tx, targets, lookback):
    """Your ``coupons`` counts baskets in which a coupon was used. It must count lines."""
    features = asof_at_once(tx, targets, lookback)
    with_coupon = tx[tx["coupon_disc"] > 0]
    return features.assign(coupons=asof_at_once(with_coupon, targets, lookback)["baskets"])


def older_recency_kept(tx, targets, lookback):
    """Your ``recency`` goes back further than ``lookback`` days. A household whose purchases are
    all older must have ``lookback``, like one that never bought anything.
    """
    features = asof_at_once(tx, targets, lookback)
    all_time = asof_at_once(tx, targets, 100_000)["recency"]
    return features.assign(recency=all_time.where(all_time < 100_000, lookback))


def doubled_lines_merged(tx, targets, lookback):
    """Equal lines were merged into one. Two equal lines are two purchases of the same product."""
    return asof_at_once(tx.drop_duplicates(), targets, lookback)


def rows_of_a_household_pooled(tx, targets, lookback):
    """In your answer rows of one household share their purchases: you grouped by household. Group
    by row, since each row has a start of its own.
    """
    rows = targets[["household_id", "start_date"]].merge(tx, on="household_id")
    rows["age"] = (rows["start_date"] - rows["day"]).dt.days
    rows = rows[rows["age"].between(1, lookback)]
    by = rows.assign(used=rows["coupon_disc"] > 0).groupby("household_id")
    features = pd.DataFrame(
        {
            "baskets": by["basket_id"].nunique(),
            "sales": by["sales_value"].sum(),
            "coupons": by["used"].sum(),
            "recency": by["age"].min(),
        }
    ).reindex(targets["household_id"])
    return features.fillna({"recency": lookback}).fillna(0).astype(float).set_axis(targets.index)


def matched_by_label(tx, targets, lookback):
    """Your answer goes by the labels of the index, and labels of ``targets`` may repeat. Go by the
    number of the row.
    """
    features = asof_at_once(tx, targets, lookback)
    by_label = features.groupby(level=0).agg(
        {"baskets": "sum", "sales": "sum", "coupons": "sum", "recency": "min"}
    )
    return by_label.reindex(targets.index)


def matched_by_label__baskets_of_all_rows(tx, targets, lookback):
    features = matched_by_label(tx, targets, lookback)
    numbered = targets[["household_id", "start_date"]].rename_axis("label").reset_index()
    rows = numbered.merge(tx, on="household_id")
    rows = rows[(rows["start_date"] - rows["day"]).dt.days.between(1, lookback)]
    baskets = rows.groupby("label")["basket_id"].nunique()
    return features.assign(baskets=baskets.reindex(targets.index, fill_value=0).to_numpy(float))


def matched_by_label__first_of_them(tx, targets, lookback):
    features = asof_at_once(tx, targets, lookback)
    return features.groupby(level=0).first().reindex(targets.index)


def matched_by_label__fails(tx, targets, lookback):
    if not targets.index.is_unique:
        raise ValueError("cannot reindex on an axis with duplicate labels")
    return asof_at_once(tx, targets, lookback)


def index_lost(tx, targets, lookback):
    """Your values are right, but their index is not that of ``targets``."""
    return asof_at_once(tx, targets, lookback).reset_index(drop=True)


def rows_in_another_order(tx, targets, lookback):
    """Your rows are not in the order of ``targets``: they are sorted by household."""
    order = targets.sort_values(["household_id", "start_date"])
    return asof_at_once(tx, order, lookback)


def rows_in_another_order__by_household(tx, targets, lookback):
    order = targets.sort_values("household_id", kind="stable")
    return asof_at_once(tx, order, lookback)


def rows_in_another_order__label_kept(tx, targets, lookback):
    return rows_in_another_order(tx, targets, lookback).set_axis(targets.index)


def rows_in_another_order__fresh_index(tx, targets, lookback):
    return rows_in_another_order(tx, targets, lookback).reset_index(drop=True)


def oldest_purchase_for_recency(tx, targets, lookback):
    """Your ``recency`` is the age of the oldest purchase in the window. It must be that of the
    last.
    """
    features = asof_at_once(tx, targets, lookback).reset_index(drop=True)
    for row, (household, start) in enumerate(
        zip(targets["household_id"], targets["start_date"], strict=True)
    ):
        ages = (start - tx.loc[tx["household_id"] == household, "day"]).dt.days
        ages = ages[ages.between(1, lookback)]
        if len(ages):
            features.loc[row, "recency"] = ages.max()
    return features.set_axis(targets.index)


def recency_one_day_short(tx, targets, lookback):
    """Your ``recency`` is one day too short: a purchase on the day before the start is 1 day
    old.
    """
    features = asof_at_once(tx, targets, lookback)
    return features.assign(recency=features["recency"] - (features["baskets"] > 0))


def recency_one_day_short__silent_too(tx, targets, lookback):
    features = asof_at_once(tx, targets, lookback)
    return features.assign(recency=features["recency"] - 1)


def silent_is_missing(tx, targets, lookback):
    """In your table a household that bought nothing has missing values. It must have 0, 0, 0 and
    ``lookback``.
    """
    features = asof_at_once(tx, targets, lookback)
    return features.where(features["baskets"] > 0)


def silent_is_missing__recency(tx, targets, lookback):
    features = asof_at_once(tx, targets, lookback)
    return features.assign(recency=features["recency"].where(features["baskets"] > 0))


def coupon_deducted(tx, targets, lookback):
    """You subtracted the coupons from the sales. ``sales`` is the sum of ``sales_value``."""
    net = tx.assign(sales_value=tx["sales_value"] - tx["coupon_disc"])
    return asof_at_once(net, targets, lookback)


def all_lines_for_coupons(tx, targets, lookback):
    """Your ``coupons`` counts all lines. It must count only those on which a coupon was used."""
    return asof_at_once(tx, targets, lookback).assign(
        coupons=asof_at_once(tx.assign(coupon_disc=1.0), targets, lookback)["coupons"]
    )


def callers_table_changed(tx, targets, lookback):
    """You changed a table of the caller. Copy it before you write into it."""
    tx["coupon_disc"] = (tx["coupon_disc"] > 0).astype(float)
    return asof_at_once(tx, targets, lookback)


def households_for_rows__last_row(tx, targets, lookback):
    features = asof_at_once(tx, targets, lookback).reset_index(drop=True)
    households = targets["household_id"].reset_index(drop=True)
    last = households.map(pd.Series(households.index, households).groupby(level=0).last())
    return features.loc[last].set_axis(targets.index)


def no_lookback__in_recency_too(tx, targets, lookback):
    features = asof_at_once(tx, targets, 100_000)
    return features.assign(recency=features["recency"].where(features["baskets"] > 0, lookback))


def start_day_included__whole_window_later(tx, targets, lookback):
    later = targets["start_date"] + pd.Timedelta(days=1)
    features = asof_at_once(tx, _with_start(targets, later), lookback)
    silent = features["baskets"] == 0
    return features.assign(recency=(features["recency"] - 1).where(~silent, lookback))


def future_included__in_recency_too(tx, targets, lookback):
    features = future_included(tx, targets, lookback).reset_index(drop=True)
    for row, (household, start) in enumerate(
        zip(targets["household_id"], targets["start_date"], strict=True)
    ):
        ages = (start - tx.loc[tx["household_id"] == household, "day"]).dt.days
        ages = ages[ages <= lookback]
        if len(ages):
            features.loc[row, "recency"] = ages.min()
    return features.set_axis(targets.index)


def future_included__everything(tx, targets, lookback):
    features = asof_at_once(tx, targets, lookback).reset_index(drop=True)
    for row, (household, start) in enumerate(
        zip(targets["household_id"], targets["start_date"], strict=True)
    ):
        mine = tx[tx["household_id"] == household]
        if len(mine):
            features.loc[row, "baskets"] = mine["basket_id"].nunique()
            features.loc[row, "sales"] = mine["sales_value"].sum()
            features.loc[row, "coupons"] = (mine["coupon_disc"] > 0).sum()
            features.loc[row, "recency"] = (start - mine["day"].max()).days
    return features.set_axis(targets.index)


PLANTED_LEAKS = {
    function.__name__: function
    for function in (
        one_cutoff_for_all,
        cut_at_own_latest_start,
        households_for_rows,
        oldest_day_left_out,
        day_before_left_out,
        baskets_with_coupons,
        older_recency_kept,
        doubled_lines_merged,
        equal_rows_added_up,
    )
}
EASIER_LEAKS = (
    start_day_included,
    future_included,
    no_lookback,
    one_day_too_old,
    recency_zero_when_silent,
    silent_dropped,
    lines_for_visits,
    coupon_dollars,
    rows_of_a_household_pooled,
    matched_by_label,
    index_lost,
    rows_in_another_order,
    oldest_purchase_for_recency,
    recency_one_day_short,
    silent_is_missing,
    coupon_deducted,
    all_lines_for_coupons,
    callers_table_changed,
)


_COLUMNS = ["baskets", "sales", "coupons", "recency"]


def accepts_any_features(fn):
    """Your test rejects none of the nine wrong implementations. They are right on a simple history:
    try several starts, both ends of the window, older purchases and equal lines.
    """
    return True


def accepts_any_features__docstring_example(fn):
    start = pd.Timestamp("2017-05-08")
    days = start - pd.to_timedelta([31, 7, 7, 0], unit="D")
    tx = pd.DataFrame({"household_id": 1, "basket_id": [10, 11, 11, 12], "day": days})
    tx = tx.assign(sales_value=[9.0, 2.0, 3.0, 7.0], coupon_disc=[0.0, 0.5, 0.0, 1.0])
    targets = pd.DataFrame({"household_id": [1, 2], "start_date": [start, start]})
    return np.allclose(fn(tx, targets, 30)[_COLUMNS], [[1, 5, 1, 7], [0, 0, 0, 30]])


def accepts_any_features__number_of_rows(fn):
    tx, targets = _history([3, 9], [0, 0])
    return len(fn(tx, targets, 30)) == 2


def rejects_any_features(fn):
    """Your test rejects right implementations too. Compare with values worked out from the
    docstring, and allow whole numbers or floats and another order of columns.
    """
    return False


def _history(ages, shifts):
    """One household: a basket of two lines on each day, and a start for each shift."""
    start = pd.Timestamp("2017-05-08")
    at = np.repeat(np.arange(len(ages)), 2)
    days = start - pd.to_timedelta(np.asarray(ages)[at], unit="D")
    tx = pd.DataFrame({"household_id": 1, "basket_id": at, "day": days})
    tx = tx.assign(sales_value=2.0**at, coupon_disc=1.0)
    starts = start + pd.to_timedelta(shifts, unit="D")
    return tx, pd.DataFrame({"household_id": 1, "start_date": starts})


def _compares(fn, tx, targets, lookback=9, columns=_COLUMNS):
    expected = asof_at_once(tx, targets, lookback)[columns]
    got = fn(tx, targets, lookback)[columns]
    return got.shape == expected.shape and np.allclose(got, expected)


def one_start_only(fn):
    """Implementations that confuse the starts of several rows get through. Either all rows of your
    test have the same start, or it does not look which row a value is in.
    """
    return all(_compares(fn, *_history(ages, [0])) for ages in ([10], [9], [1], [0], [3, 4]))


def middle_of_the_window_only(fn):
    """Your test has several starts, but no purchase on the days at the ends of the window and none
    before it. Mistakes there get through.
    """
    tx, targets = _history([3, 5], [0, 20, 0, 1])
    single = tx.drop_duplicates().assign(coupon_disc=0.0)
    return _compares(fn, single, targets)


def recency_only(fn):
    """Your test looks at ``recency`` only. Mistakes in the three counts get through."""
    tx, targets = _history([-2, 0, 1, 5, 9, 10], [0, 7, 0, 20])
    return _compares(fn, tx, targets, columns=["recency"])


def floats_in_one_order(fn):
    """Your test rejects a right implementation for what the docstring leaves open: whole numbers or
    floats, the order of the columns, the last digit of a sum.
    """
    tx, targets = _history([-2, 0, 1, 5, 9, 10], [0, 7, 0, 20])
    return bool(fn(tx, targets, 9).equals(asof_at_once(tx, targets, 9)))


def floats_in_one_order__columns_only(fn):
    tx, targets = _history([-2, 0, 1, 5, 9, 10], [0, 7, 0, 20])
    return list(fn(tx, targets, 9).columns) == _COLUMNS and _tells_all(fn)


def floats_in_one_order__floats_only(fn):
    tx, targets = _history([-2, 0, 1, 5, 9, 10], [0, 7, 0, 20])
    kinds = fn(tx, targets, 9).dtypes
    return all(kind.kind == "f" for kind in kinds) and _tells_all(fn)


def floats_in_one_order__whole_numbers_only(fn):
    tx, targets = _history([-2, 0, 1, 5, 9, 10], [0, 7, 0, 20])
    kinds = fn(tx, targets, 9).dtypes[["baskets", "coupons"]]
    return all(kind.kind == "i" for kind in kinds) and _tells_all(fn)


def _rich_history():
    """A history on which each planted mistake shows, and rows of two households."""
    tx, targets = _history([-2, 0, 1, 5, 9, 10], [0, 7, 0, 20])
    silent = targets.assign(household_id=[2, 1, 1, 1]).iloc[:1]
    return pd.concat([tx, tx.iloc[:1].assign(household_id=2, day=pd.Timestamp("2017-03-01"))]), (
        pd.concat([targets, silent], ignore_index=True)
    )


def _tells_all(fn, oracle=reference.asof_features):
    tx, targets = _rich_history()
    return bool(np.allclose(fn(tx, targets, 9)[_COLUMNS], _expected(oracle)))


@functools.cache
def _expected(oracle):
    return oracle(*_rich_history(), 9)[_COLUMNS]


def expects_a_mistake(fn):
    """Your test rejects all right implementations and accepts a wrong one. So the values that it
    expects contain a mistake: work them out from the docstring again.
    """
    return _tells_all(fn, oldest_day_left_out)


for _leak in PLANTED_LEAKS.values():
    globals()[f"expects_a_mistake__{_leak.__name__}"] = lambda fn, oracle=_leak: _tells_all(
        fn, oracle
    )


# ---- logistic_loss_grad ---------------------------------------------------------------------


def overflows(w, b, X, y, l2):
    """Where ``z`` is in the tens of thousands, your loss is infinite or NaN. There ``exp``
    overflows, or p is rounded to 0 or 1 and its logarithm is minus infinity. Compute the loss from
    ``z`` so that ``exp`` is never taken of a large number.
    """
    with np.errstate(all="ignore"):
        z = X @ w + b
        p = 1 / (1 + np.exp(-z))
        loss = np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p)) + l2 / 2 * (w @ w)
    return float(loss), X.T @ (p - y) / len(y) + l2 * w, float((p - y).mean())


def overflows__log_of_one_plus_exp(w, b, X, y, l2):
    with np.errstate(all="ignore"):
        z = X @ w + b
        loss = np.mean(np.log(1 + np.exp(z)) - y * z) + l2 / 2 * (w @ w)
        p = 1 / (1 + np.exp(-z))
    return float(loss), X.T @ (p - y) / len(y) + l2 * w, float((p - y).mean())


def probabilities_clipped(w, b, X, y, l2):
    """You kept p away from 0 and 1. Then a wrong prediction costs the same however large ``z`` is.
    The true loss grows with ``z``.
    """
    p = expit(X @ w + b)
    kept = np.clip(p, 1e-15, 1 - 1e-15)
    loss = np.mean(-y * np.log(kept) - (1 - y) * np.log(1 - kept)) + l2 / 2 * (w @ w)
    return float(loss), X.T @ (p - y) / len(y) + l2 * w, float((p - y).mean())


def _clipped(least, residual_too):
    def answer(w, b, X, y, l2):
        p = expit(X @ w + b)
        kept = np.clip(p, least, 1 - least)
        loss = np.mean(-y * np.log(kept) - (1 - y) * np.log(1 - kept)) + l2 / 2 * (w @ w)
        rest = (kept if residual_too else p) - y
        return float(loss), X.T @ rest / len(y) + l2 * w, float(rest.mean())

    return answer


for _digits in (6, 8, 9, 10, 12):
    globals()[f"probabilities_clipped__{_digits}"] = _clipped(10.0**-_digits, True)
globals()["probabilities_clipped__eps"] = _clipped(np.finfo(float).eps, False)


def probabilities_clipped__added(w, b, X, y, l2, least=1e-15):
    p = expit(X @ w + b)
    loss = np.mean(-y * np.log(p + least) - (1 - y) * np.log(1 - p + least)) + l2 / 2 * (w @ w)
    return float(loss), X.T @ (p - y) / len(y) + l2 * w, float((p - y).mean())


for _digits in (8, 9):
    globals()[f"probabilities_clipped__added_{_digits}"] = (
        lambda w, b, X, y, l2, least=10.0**-_digits: probabilities_clipped__added(
            w, b, X, y, l2, least
        )
    )


def z_clipped(w, b, X, y, l2, most=500):
    """You limited ``z``. It cannot overflow then, but the true loss grows with ``z``, and yours
    stops growing.
    """
    z = np.clip(X @ w + b, -most, most)
    loss = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)
    return float(loss), X.T @ (expit(z) - y) / len(y) + l2 * w, float((expit(z) - y).mean())


for _most in (30, 50, 100, 700, 709):
    globals()[f"z_clipped__{_most}"] = lambda w, b, X, y, l2, most=_most: z_clipped(
        w, b, X, y, l2, most
    )


def _with_penalty(w, b, X, y, l2, in_loss, in_gradient):
    """The loss and the gradient of the data, and given penalties."""
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, 0.0)
    return loss + in_loss, grad_w + in_gradient, grad_b


def wrong_sign(w, b, X, y, l2):
    """The part of the gradient that comes from the data has the wrong sign: a step against it
    raises the loss.
    """
    loss, _, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss, X.T @ (y - expit(X @ w + b)) / len(y) + l2 * w, -grad_b


def wrong_sign__all_of_it(w, b, X, y, l2):
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss, -grad_w, -grad_b


def wrong_sign__of_the_coefficients(w, b, X, y, l2):
    loss, _, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss, X.T @ (y - expit(X @ w + b)) / len(y) + l2 * w, grad_b


def wrong_sign__of_the_intercept(w, b, X, y, l2):
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss, grad_w, -grad_b


def intercept_left_out(w, b, X, y, l2):
    """The intercept ``b`` is missing in ``z``: your loss and your gradient do not depend on it."""
    return reference.logistic_loss_grad(w, 0.0, X, y, l2)


def gradient_summed(w, b, X, y, l2):
    """The loss is a mean, and a part of your gradient is a sum. Divide it by n too."""
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, 0.0)
    return loss + l2 / 2 * (w @ w), len(y) * grad_w + l2 * w, grad_b


def gradient_summed__both(w, b, X, y, l2):
    loss, grad_w, grad_b = gradient_summed(w, b, X, y, l2)
    return loss, grad_w, len(y) * grad_b


def gradient_summed__intercept(w, b, X, y, l2):
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss, grad_w, len(y) * grad_b


def length_not_squared(w, b, X, y, l2):
    """Your penalty grows with the length of ``w``. It must grow with the *squared* length."""
    return _with_penalty(w, b, X, y, l2, l2 / 2 * np.linalg.norm(w), l2 * w)


def length_not_squared__whole(w, b, X, y, l2):
    return _with_penalty(w, b, X, y, l2, l2 * np.linalg.norm(w), l2 * w)


def penalty_absolute(w, b, X, y, l2):
    """Your penalty adds up the absolute coefficients. It must add up their squares."""
    return _with_penalty(w, b, X, y, l2, l2 * np.abs(w).sum(), l2 * np.sign(w))


def penalty_absolute__half(w, b, X, y, l2):
    return _with_penalty(w, b, X, y, l2, l2 / 2 * np.abs(w).sum(), l2 * w)


def penalty_averaged(w, b, X, y, l2):
    """You took a mean for the penalty, in the loss or in its gradient. Only the part of the data is
    a mean.
    """
    n = len(y)
    return _with_penalty(w, b, X, y, l2, l2 / 2 * (w @ w) / n, l2 * w / n)


def penalty_averaged__gradient(w, b, X, y, l2):
    return _with_penalty(w, b, X, y, l2, l2 / 2 * (w @ w), l2 * w / len(y))


def penalty_averaged__loss(w, b, X, y, l2):
    return _with_penalty(w, b, X, y, l2, l2 / 2 * (w @ w) / len(y), l2 * w)


def penalty_averaged__over_features(w, b, X, y, l2):
    return _with_penalty(w, b, X, y, l2, l2 / 2 * np.mean(w**2), l2 * w)


def penalty_not_in_loss(w, b, X, y, l2):
    """Your penalty is in the gradient but not in the loss."""
    return _with_penalty(w, b, X, y, l2, 0.0, l2 * w)


def loss_upside_down(w, b, X, y, l2):
    """You returned the mean log-likelihood. The loss is *minus* that."""
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, 0.0)
    return -loss + l2 / 2 * (w @ w), grad_w + l2 * w, grad_b


def loss_upside_down__all(w, b, X, y, l2):
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return -loss, grad_w, grad_b


def intercept_penalised(w, b, X, y, l2):
    """The intercept was penalised too. It must not be: it carries the base rate."""
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss + l2 / 2 * b**2, grad_w, grad_b + l2 * b


def intercept_penalised__loss(w, b, X, y, l2):
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss + l2 / 2 * b**2, grad_w, grad_b


def intercept_penalised__gradient(w, b, X, y, l2):
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss, grad_w, grad_b + l2 * b


def summed_not_averaged(w, b, X, y, l2):
    """You summed over the customers. The loss is a mean: then λ means the same for more data."""
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, 0.0)
    n = len(y)
    return n * loss + l2 / 2 * (w @ w), n * grad_w + l2 * w, n * grad_b


def summed_not_averaged__loss(w, b, X, y, l2):
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, 0.0)
    return len(y) * loss + l2 / 2 * (w @ w), grad_w + l2 * w, grad_b


def summed_not_averaged__penalty_too(w, b, X, y, l2):
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return len(y) * loss, len(y) * grad_w, len(y) * grad_b


def penalty_not_halved__loss(w, b, X, y, l2):
    return _with_penalty(w, b, X, y, l2, l2 * (w @ w), l2 * w)


def penalty_not_halved__gradient(w, b, X, y, l2):
    return _with_penalty(w, b, X, y, l2, l2 / 2 * (w @ w), 2 * l2 * w)


def penalty_not_halved__gradient_halved(w, b, X, y, l2):
    return _with_penalty(w, b, X, y, l2, l2 / 2 * (w @ w), l2 / 2 * w)


def penalty_not_halved__quarter(w, b, X, y, l2):
    return _with_penalty(w, b, X, y, l2, l2 * (w @ w), l2 / 2 * w)


def penalty_not_halved(w, b, X, y, l2):
    """The penalty must be λ/2 times the squared length, and its gradient λ times w."""
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, 2 * l2)
    return loss, grad_w, grad_b


def penalty_forgotten(w, b, X, y, l2):
    """The penalty is missing."""
    return reference.logistic_loss_grad(w, b, X, y, 0.0)


def penalty_not_in_gradient(w, b, X, y, l2):
    """Your penalty is in the loss but not in the gradient."""
    _, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, 0.0)
    return reference.logistic_loss_grad(w, b, X, y, l2)[0], grad_w, grad_b


# ---- calibration_table ----------------------------------------------------------------------


def _by_runs(y, p, runs, signed=False, weighted=True):
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    runs = [run for run in runs if len(run)]
    n = np.array([len(run) for run in runs])
    predicted = np.array([p[run].mean() for run in runs])
    observed = np.array([y[run].mean() for run in runs])
    gaps = predicted - observed if signed else abs(predicted - observed)
    ece = float(np.average(gaps, weights=n if weighted else None))
    return pd.DataFrame({"n": n, "predicted": predicted, "observed": observed}), ece


def _sorted_runs(p, bins):
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    return np.array_split(order, min(bins, len(order)))


def equal_width(y, p, bins):
    """Your bins are equally wide. They must hold equally many customers: with equal widths the
    upper bins hold only a few where most probabilities are low.
    """
    which = np.minimum((np.asarray(p, dtype=float) * bins).astype(int), bins - 1)
    return _by_runs(y, p, [np.flatnonzero(which == b) for b in range(bins)])


def highest_first(y, p, bins):
    """Your table begins with the highest predictions. It must go from the lowest to the highest."""
    return _by_runs(y, p, _sorted_runs(-np.asarray(p, dtype=float), bins))


def gaps_cancel(y, p, bins):
    """The gaps were added with their signs, so one that is too high and one that is too low cancel.
    Take absolute values.
    """
    return _by_runs(y, p, _sorted_runs(p, bins), signed=True)


def gaps_cancel__then_absolute(y, p, bins):
    table, ece = gaps_cancel(y, p, bins)
    return table, abs(ece)


def gaps_cancel__the_other_way(y, p, bins):
    table, ece = gaps_cancel(y, p, bins)
    return table, -ece


def _in_order(y, p, bins, order):
    return _by_runs(y, p, np.array_split(np.asarray(order), min(bins, len(order))))


def ties_out_of_order(y, p, bins):
    """Customers with equal probabilities do not stay in their order. Sort by ``p`` alone, with a
    stable sort, and do not turn a sorted list round.
    """
    return _in_order(y, p, bins, np.argsort(-np.asarray(p, dtype=float), kind="stable")[::-1])


def ties_out_of_order__unstable(y, p, bins):
    return _in_order(y, p, bins, np.argsort(np.asarray(p, dtype=float)))


def ties_out_of_order__unstable_and_reversed(y, p, bins):
    return _in_order(y, p, bins, np.argsort(-np.asarray(p, dtype=float))[::-1])


def ties_out_of_order__by_outcome(y, p, bins):
    return _in_order(y, p, bins, np.lexsort([np.asarray(y, dtype=float), np.asarray(p)]))


def ties_out_of_order__redeemers_first(y, p, bins):
    return _in_order(y, p, bins, np.lexsort([-np.asarray(y, dtype=float), np.asarray(p)]))


def equal_probabilities_share_a_bin(y, p, bins):
    """You cut at quantiles of ``p``, so customers with equal probabilities share a bin, and the
    sizes are not the ones that are asked for. Cut the sorted list by number.
    """
    p = np.asarray(p, dtype=float)
    which = pd.qcut(p, min(bins, len(p)), labels=False, duplicates="drop")
    which = np.nan_to_num(np.asarray(which, dtype=float))
    return _by_runs(y, p, [np.flatnonzero(which == b) for b in np.unique(which)])


def equal_probabilities_share_a_bin__left_closed(y, p, bins):
    p = np.asarray(p, dtype=float)
    edges = np.quantile(p, np.linspace(0, 1, min(bins, len(p)) + 1)[1:-1])
    which = np.digitize(p, edges)
    return _by_runs(y, p, [np.flatnonzero(which == b) for b in np.unique(which)])


def largest_gap(y, p, bins):
    """You returned the largest gap. The error is the weighted mean of all gaps."""
    table, _ = reference.calibration_table(y, p, bins)
    return table, float((table["predicted"] - table["observed"]).abs().max())


def gaps_added_up(y, p, bins):
    """You added the gaps up, or their products with ``n``, and did not divide by all customers."""
    table, ece = reference.calibration_table(y, p, bins)
    return table, ece * len(p)


def gaps_added_up__without_weights(y, p, bins):
    table, _ = reference.calibration_table(y, p, bins)
    return table, float((table["predicted"] - table["observed"]).abs().sum())


def median_for_prediction(y, p, bins):
    """``predicted`` is the *mean* of ``p`` in the bin; you took the median, or the middle between
    the lowest and the highest ``p``.
    """
    table, _ = reference.calibration_table(y, p, bins)
    p = np.asarray(p, dtype=float)
    table["predicted"] = [np.median(p[run]) for run in _sorted_runs(p, bins)]
    gaps = (table["predicted"] - table["observed"]).abs()
    return table, float(np.average(gaps, weights=table["n"]))


def median_for_prediction__middle_of_the_ends(y, p, bins):
    table, _ = reference.calibration_table(y, p, bins)
    p = np.asarray(p, dtype=float)
    runs = _sorted_runs(p, bins)
    table["predicted"] = [(p[run].min() + p[run].max()) / 2 for run in runs]
    gaps = (table["predicted"] - table["observed"]).abs()
    return table, float(np.average(gaps, weights=table["n"]))


def numbered_from_one(y, p, bins):
    """Your bins are numbered from 1. They must be numbered from 0."""
    table, ece = reference.calibration_table(y, p, bins)
    return table.set_axis(table.index + 1), ece


def redeemers_for_rates(y, p, bins):
    """``observed`` is the number who redeemed. It must be their share of the bin."""
    table, ece = reference.calibration_table(y, p, bins)
    return table.assign(observed=table["observed"] * table["n"]), ece


def rows_by_label(y, p, bins):
    """You picked or joined customers of a Series by the label of its index. Go by number: row i is
    customer i, whatever its label.
    """
    if not isinstance(p, pd.Series):
        return reference.calibration_table(y, p, bins)
    order = np.argsort(p.to_numpy(), kind="stable")
    y, p = (each.loc[order].to_numpy() for each in (y, p))
    return _by_runs(y, p, np.array_split(np.arange(len(p)), min(bins, len(p))))


def rows_by_label__joined(y, p, bins):
    both = pd.DataFrame({"y": pd.Series(y), "p": pd.Series(p)})
    return reference.calibration_table(both["y"].to_numpy(), both["p"].to_numpy(), bins)


def bins_not_weighted(y, p, bins):
    """All bins have the same weight in your error. A bin must be weighted by its customers."""
    return _by_runs(y, p, _sorted_runs(p, bins), weighted=False)


def rest_in_the_last_bin(y, p, bins):
    """All bins but the last have the same size, and the last one holds the rest. Sizes must differ
    by at most one.
    """
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    bins = min(bins, len(order))
    size = len(order) // bins
    ends = [size * b for b in range(1, bins)]
    return _by_runs(y, p, np.split(order, ends))


def rest_in_the_last_bin__one_bin_more(y, p, bins):
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    size = max(len(order) // bins, 1)
    return _by_runs(y, p, [order[at : at + size] for at in range(0, len(order), size)])


def rest_in_the_last_bin__smaller_last(y, p, bins):
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    size = -(-len(order) // bins)
    return _by_runs(y, p, [order[at : at + size] for at in range(0, len(order), size)])


def not_sorted(y, p, bins):
    """The customers were cut into bins as they came. Sort them by ``p``."""
    return _by_runs(y, p, np.array_split(np.arange(len(p)), min(bins, len(p))))


def squared_gaps(y, p, bins):
    """You squared the gaps. The error is the weighted mean of their absolute values, and a root at
    the end does not give that.
    """
    table, _ = reference.calibration_table(y, p, bins)
    return table, float(
        np.average((table["predicted"] - table["observed"]) ** 2, weights=table["n"])
    )


def squared_gaps__root(y, p, bins):
    table, mean = squared_gaps(y, p, bins)
    return table, mean**0.5


def larger_bins_anywhere(y, p, bins):
    """The sizes of your bins differ by at most one, but the larger ones must come first."""
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    n, bins = len(order), min(bins, len(order))
    return _by_runs(y, p, np.split(order, [n * b // bins for b in range(1, bins)]))


def larger_bins_anywhere__quantiles_of_ranks(y, p, bins):
    ranks = pd.Series(np.asarray(p, dtype=float)).rank(method="first")
    which = pd.qcut(ranks, min(bins, len(ranks)), labels=False).to_numpy()
    return _by_runs(y, p, [np.flatnonzero(which == b) for b in range(which.max() + 1)])


def larger_bins_anywhere__at_the_end(y, p, bins):
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    size, more = divmod(len(order), min(bins, len(order)))
    sizes = [size] * (min(bins, len(order)) - more) + [size + 1] * more
    return _by_runs(y, p, np.split(order, np.cumsum(sizes)[:-1]))


def larger_bins_anywhere__rounded(y, p, bins):
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    ends = np.linspace(0, len(order), min(bins, len(order)) + 1).round().astype(int)
    return _by_runs(y, p, np.split(order, ends[1:-1]))


def empty_bins_kept(y, p, bins):
    """With fewer customers than bins you keep empty bins, whose means are NaN. There each customer
    is a bin.
    """
    table, ece = reference.calibration_table(y, p, bins)
    missing = bins - len(table)
    nothing = pd.DataFrame(
        {"n": [0] * missing, "predicted": [np.nan] * missing, "observed": [np.nan] * missing}
    )
    return (pd.concat([table, nothing], ignore_index=True), ece) if missing > 0 else (table, ece)


def empty_bins_kept__error_missing(y, p, bins):
    table, ece = empty_bins_kept(y, p, bins)
    return table, float("nan") if len(table) > len(p) else ece


# ---- ece_floor ------------------------------------------------------------------------------


def _errors(p, outcomes, bins):
    return [reference.calibration_table(outcome, p, bins)[1] for outcome in outcomes]


def _mean_and_tail(errors):
    return float(np.mean(errors)), float(np.quantile(errors, 0.95))


def redeems_above_p(p, u, bins):
    """Your customers redeem where ``u`` is *above* p, so each does with probability 1 - p."""
    return _mean_and_tail(_errors(p, np.asarray(u) > np.asarray(p), bins))


def redeems_at_p(p, u, bins):
    """In your answer a customer redeems where ``u`` equals p. ``u`` must be *below* p."""
    return _mean_and_tail(_errors(p, np.asarray(u) <= np.asarray(p), bins))


def simulations_pooled(p, u, bins):
    """You put the customers of all simulations into one sample and took one error. Chance cancels
    in the larger sample. Take the error of each simulation.
    """
    redeemed = np.asarray(u) < np.asarray(p)
    error = reference.calibration_table(redeemed.ravel(), np.tile(p, len(redeemed)), bins)[1]
    return error, error


def _another_tail(tail, name):
    def answer(p, u, bins):
        errors = _errors(p, np.asarray(u) < np.asarray(p), bins)
        return float(np.mean(errors)), float(tail(np.asarray(errors)))

    answer.__name__ = name
    return answer


def another_percentile(p, u, bins):
    """The second number is another percentile of the errors. The 95th is asked for."""
    return _another_tail(lambda errors: np.quantile(errors, 0.975), "")(p, u, bins)


for _share in (0.05, 0.5, 0.9, 0.99):
    globals()[f"another_percentile__{_share}"] = _another_tail(
        lambda errors, share=_share: np.quantile(errors, share), "another_percentile"
    )


def fraction_for_percent(p, u, bins):
    """You took the 0.95th percentile, which is nearly the smallest error. ``numpy.percentile``
    counts from 0 to 100, ``numpy.quantile`` from 0 to 1.
    """
    errors = _errors(p, np.asarray(u) < np.asarray(p), bins)
    return float(np.mean(errors)), float(np.percentile(errors, 0.95))


def not_interpolated(p, u, bins):
    """Your 95th percentile is one of the errors. ``numpy.quantile`` interpolates between the two
    nearest ones by default.
    """
    errors = np.sort(_errors(p, np.asarray(u) < np.asarray(p), bins))
    return float(np.mean(errors)), float(errors[min(int(0.95 * len(errors)), len(errors) - 1)])


for _method in ("lower", "higher", "nearest", "inverted_cdf", "closest_observation"):
    globals()[f"not_interpolated__{_method}"] = _another_tail(
        lambda errors, method=_method: np.quantile(errors, 0.95, method=method), "not_interpolated"
    )


def _errors_by(table, p, u, bins):
    return [table(y.astype(int), p, bins)[1] for y in np.asarray(u) < np.asarray(p)]


def errors_with_equal_widths(p, u, bins):
    """Your bins are equally wide. They must hold equally many customers, as in
    ``calibration_table``.
    """
    return _mean_and_tail(_errors_by(equal_width, p, u, bins))


def errors_of_unsorted_customers(p, u, bins):
    """You cut the customers into bins as they came. Sort them by ``p``, as ``calibration_table``
    does.
    """
    return _mean_and_tail(_errors_by(not_sorted, p, u, bins))


def errors_without_weights(p, u, bins):
    """All bins have the same weight in your errors. A bin must be weighted by its customers."""
    return _mean_and_tail(_errors_by(bins_not_weighted, p, u, bins))


def errors_with_signs(p, u, bins):
    """The gaps of the bins were added with their signs, so they cancel. Take absolute values."""
    return _mean_and_tail(_errors_by(gaps_cancel, p, u, bins))


def errors_with_signs__then_absolute(p, u, bins):
    return _mean_and_tail(_errors_by(gaps_cancel__then_absolute, p, u, bins))


def errors_squared(p, u, bins):
    """You squared the gaps of the bins. Take their absolute values."""
    return _mean_and_tail(_errors_by(squared_gaps, p, u, bins))


def errors_squared__root(p, u, bins):
    return _mean_and_tail(_errors_by(squared_gaps__root, p, u, bins))


def errors_of_ties_out_of_order(p, u, bins):
    """Customers with equal promises do not stay in their order. Use a stable sort."""
    return _mean_and_tail(_errors_by(ties_out_of_order, p, u, bins))


def errors_of_ties_out_of_order__by_outcome(p, u, bins):
    return _mean_and_tail(_errors_by(ties_out_of_order__by_outcome, p, u, bins))


def errors_of_other_bins(p, u, bins):
    """The sizes of your bins are not those of ``calibration_table``: they differ by at most one,
    and the larger ones come first.
    """
    return _mean_and_tail(_errors_by(larger_bins_anywhere, p, u, bins))


def errors_of_other_bins__rest_last(p, u, bins):
    return _mean_and_tail(_errors_by(rest_in_the_last_bin, p, u, bins))


def errors_of_other_bins__smaller_last(p, u, bins):
    return _mean_and_tail(_errors_by(rest_in_the_last_bin__smaller_last, p, u, bins))


def errors_of_other_bins__at_the_end(p, u, bins):
    return _mean_and_tail(_errors_by(larger_bins_anywhere__at_the_end, p, u, bins))


def errors_of_other_bins__quantiles(p, u, bins):
    return _mean_and_tail(_errors_by(equal_probabilities_share_a_bin, p, u, bins))


def standard_deviation_for_percentile(p, u, bins):
    """The second number is a standard deviation. It must be the 95th percentile of the errors."""
    errors = _errors(p, np.asarray(u) < np.asarray(p), bins)
    return float(np.mean(errors)), float(np.std(errors))


def mean_rate_for_everybody(p, u, bins):
    """In your simulation everybody redeems with the mean probability. Each customer must redeem
    with the probability promised to that customer.
    """
    return _mean_and_tail(_errors(p, np.asarray(u) < np.mean(p), bins))


def half_decides(p, u, bins):
    """In your simulation everybody redeems with probability one half. Compare ``u`` with ``p``."""
    return _mean_and_tail(_errors(p, np.asarray(u) < 0.5, bins))


def error_of_the_mean_outcome(p, u, bins):
    """You averaged the outcomes over all simulations first, and then took one error. Averaging
    removes the chance that you want to measure. Take the error of each simulation.
    """
    _, error = reference.calibration_table(np.mean(np.asarray(u) < np.asarray(p), axis=0), p, bins)
    return error, error


def two_standard_deviations(p, u, bins):
    """You took the mean plus a multiple of the standard deviation for the 95th percentile. The
    errors are not normal: take their quantile.
    """
    errors = _errors(p, np.asarray(u) < np.asarray(p), bins)
    return float(np.mean(errors)), float(np.mean(errors) + 2 * np.std(errors))


for _width in (1.645, 1.96):
    for _ddof in (0, 1):
        globals()[f"two_standard_deviations__{_width}_{_ddof}"] = _another_tail(
            lambda errors, width=_width, ddof=_ddof: (
                np.mean(errors) + width * (np.std(errors, ddof=ddof) if len(errors) > 1 else 0.0)
            ),
            "two_standard_deviations",
        )


def median_for_mean(p, u, bins):
    """The first number is the mean of the errors; you returned their median."""
    errors = _errors(p, np.asarray(u) < np.asarray(p), bins)
    return float(np.median(errors)), float(np.quantile(errors, 0.95))


def customers_out_of_order(p, u, bins):
    """You sorted ``p`` alone, so draws or outcomes of other customers were put to its numbers."""
    outcomes = np.asarray(u) < np.asarray(p)
    return _mean_and_tail(_errors(np.sort(p), outcomes, bins))


def customers_out_of_order__before_the_draws(p, u, bins):
    promises = np.sort(np.asarray(p, dtype=float))
    return _mean_and_tail(_errors(promises, np.asarray(u) < promises, bins))


def largest_error(p, u, bins):
    """The second number is the 95th percentile of the errors; you returned the largest one."""
    errors = _errors(p, np.asarray(u) < np.asarray(p), bins)
    return float(np.mean(errors)), float(np.max(errors))


# ---- recalibrate ----------------------------------------------------------------------------


def _log_odds(p, least=1e-6):
    p = np.clip(np.asarray(p, dtype=float), least, 1 - least)
    return np.log(p / (1 - p))


def _fitted(old, y, new, C=np.inf):
    model = LogisticRegression(C=C, tol=1e-8, max_iter=1000)
    return model.fit(np.asarray(old)[:, None], y).predict_proba(np.asarray(new)[:, None])[:, 1]


def on_probabilities(p_old, y_old, p_new):
    """Your feature is p itself. It must be the log odds of p."""
    return _fitted(np.asarray(p_old, dtype=float), y_old, np.asarray(p_new, dtype=float))


def on_logarithms(p_old, y_old, p_new):
    """Your feature is log p. It must be the log odds, log(p / (1 - p))."""
    old, new = (np.log(np.clip(np.asarray(p, dtype=float), 1e-6, 1)) for p in (p_old, p_new))
    return _fitted(old, y_old, new)


def penalised(p_old, y_old, p_new):
    """Your regression has a penalty: scikit-learn's default is ``C=1``. With few old customers it
    pulls the slope towards 0.
    """
    return _fitted(_log_odds(p_old), y_old, _log_odds(p_new), C=1.0)


for _C in (0.1, 10.0):
    globals()[f"penalised__{_C}"] = lambda p_old, y_old, p_new, C=_C: _fitted(
        _log_odds(p_old), y_old, _log_odds(p_new), C=C
    )


def penalised__standardised(p_old, y_old, p_new):
    old, new = _log_odds(p_old), _log_odds(p_new)
    return _fitted((old - old.mean()) / old.std(), y_old, (new - old.mean()) / old.std(), C=1.0)


def limited_elsewhere(p_old, y_old, p_new):
    """You limited the probabilities at another number. Set them to 1e-6 below 1e-6, and to 1 - 1e-6
    above 1 - 1e-6.
    """
    return _fitted(_log_odds(p_old, 0.01), y_old, _log_odds(p_new, 0.01))


for _least in (1e-3, 1e-4, 1e-8, 1e-9, 1e-12, 1e-15):
    globals()[f"limited_elsewhere__{_least}"] = lambda p_old, y_old, p_new, least=_least: _fitted(
        _log_odds(p_old, least), y_old, _log_odds(p_new, least)
    )


def chance_of_no_redemption(p_old, y_old, p_new):
    """You returned the probability that a customer does *not* redeem: column 0 of
    ``predict_proba``.
    """
    return 1 - reference.recalibrate(p_old, y_old, p_new)


def yes_or_no_returned(p_old, y_old, p_new):
    """You returned 0 and 1, as ``predict`` does. Probabilities are asked for."""
    return (reference.recalibrate(p_old, y_old, p_new) > 0.5).astype(float)


def straight_line(p_old, y_old, p_new):
    """You fitted a straight line by least squares. It must be a logistic regression, whose values
    stay between 0 and 1 by themselves.
    """
    old = _log_odds(p_old)
    slope, intercept = np.polyfit(old, np.asarray(y_old, dtype=float), 1)
    return intercept + slope * _log_odds(p_new)


def straight_line__kept_between(p_old, y_old, p_new):
    return np.clip(straight_line(p_old, y_old, p_new), 0, 1)


def straight_line__on_probabilities(p_old, y_old, p_new):
    slope, intercept = np.polyfit(p_old, np.asarray(y_old, dtype=float), 1)
    return intercept + slope * np.asarray(p_new, dtype=float)


def straight_line__on_probabilities_kept(p_old, y_old, p_new):
    return np.clip(straight_line__on_probabilities(p_old, y_old, p_new), 0, 1)


def balanced_classes(p_old, y_old, p_new):
    """You gave both classes the same weight, so the corrected promises are those of a world in
    which half of the customers redeem.
    """
    model = LogisticRegression(C=np.inf, tol=1e-8, max_iter=1000, class_weight="balanced")
    model.fit(_log_odds(p_old)[:, None], y_old)
    return model.predict_proba(_log_odds(p_new)[:, None])[:, 1]


def balanced_classes__with_penalty(p_old, y_old, p_new):
    model = LogisticRegression(C=1.0, tol=1e-8, max_iter=1000, class_weight="balanced")
    model.fit(_log_odds(p_old)[:, None], y_old)
    return model.predict_proba(_log_odds(p_new)[:, None])[:, 1]


def each_standardised(p_old, y_old, p_new):
    """Old and new log odds were standardised each by their own mean and spread. The new ones must
    be put on the scale of the old ones.
    """
    old, new = ((x - x.mean()) / (x.std() or 1.0) for x in map(_log_odds, (p_old, p_new)))
    return _fitted(old, y_old, new)


def each_standardised__with_penalty(p_old, y_old, p_new):
    old, new = ((x - x.mean()) / (x.std() or 1.0) for x in map(_log_odds, (p_old, p_new)))
    return _fitted(old, y_old, new, C=1.0)


def scaled_to_the_rate__kept_below_one(p_old, y_old, p_new):
    return np.clip(scaled_to_the_rate(p_old, y_old, p_new), 0, 1)


def shifted_by_the_mean(p_old, y_old, p_new):
    """You added a difference of means to the promises. Slope and intercept must both be learned, on
    the log odds.
    """
    return np.asarray(p_new, dtype=float) + np.mean(y_old) - np.mean(p_old)


def shifted_by_the_mean__kept_between(p_old, y_old, p_new):
    return np.clip(shifted_by_the_mean(p_old, y_old, p_new), 0, 1)


def scaled_to_the_rate(p_old, y_old, p_new):
    """You multiplied every promise by one factor. Slope and intercept must both be learned, on the
    log odds.
    """
    return np.asarray(p_new, dtype=float) * np.mean(y_old) / np.mean(p_old)


def intercept_only(p_old, y_old, p_new):
    """You learned the intercept and left the slope at 1. The slope must be learned too: promises
    may be too extreme, or not extreme enough.
    """
    old = _log_odds(p_old)
    shift = optimize.brentq(lambda b: expit(old + b).mean() - np.mean(y_old), -30, 30)
    return expit(_log_odds(p_new) + shift)


def intercept_only__from_the_means(p_old, y_old, p_new):
    rate, promised = (np.clip(np.mean(each), 1e-6, 1 - 1e-6) for each in (y_old, p_old))
    shift = np.log(rate / (1 - rate)) - np.log(promised / (1 - promised))
    return expit(_log_odds(p_new) + shift)


def slope_only(p_old, y_old, p_new):
    """You learned the slope without an intercept, so a promise of 0.5 stays 0.5."""
    model = LogisticRegression(C=np.inf, fit_intercept=False, tol=1e-8, max_iter=1000)
    model.fit(_log_odds(p_old)[:, None], y_old)
    return model.predict_proba(_log_odds(p_new)[:, None])[:, 1]


def left_as_promised(p_old, y_old, p_new):
    """You returned the promises as they were."""
    return np.asarray(p_new, dtype=float).copy()


def log_odds_returned(p_old, y_old, p_new):
    """You returned log odds. Put them through the logistic function."""
    p = reference.recalibrate(p_old, y_old, p_new)
    return np.log(p / (1 - p))


def old_promises_returned(p_old, y_old, p_new):
    """You corrected the old promises. The corrected *new* ones are asked for."""
    return reference.recalibrate(p_old, y_old, p_old)


def infinite_log_odds(p_old, y_old, p_new):
    """A promise of exactly 0 or 1 has infinite log odds. Limit p to 1e-6 and 1 - 1e-6 first."""
    if any(np.min(p) <= 0 or np.max(p) >= 1 for p in (p_old, p_new)):
        raise ValueError("Input X contains infinity or a value too large for dtype('float64').")
    return reference.recalibrate(p_old, y_old, p_new)


def isotonic(p_old, y_old, p_new):
    """You used isotonic regression, a staircase. With few redemptions it follows their noise; the
    docstring asks for a logistic regression on the log odds.
    """
    from sklearn.isotonic import IsotonicRegression

    stairs = IsotonicRegression(out_of_bounds="clip").fit(p_old, np.asarray(y_old, dtype=float))
    return stairs.predict(np.asarray(p_new, dtype=float))


# ---- choose_offers --------------------------------------------------------------------------


def _value(p, margin, cost):
    return np.round(np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost, 9)


def _n_offers(budget, cost):
    return int(min(10**9, round(budget / cost, 9)))


def _chosen(rank, eligible, n):
    best = np.argsort(-rank, kind="stable")
    return best[eligible[best]][:n].tolist()


def likelier_than_not(p, margin, cost, budget):
    """You sent only where p is above 0.5. The threshold is cost / margin."""
    p = np.asarray(p, dtype=float)
    value = _value(p, margin, cost)
    return _chosen(value, p > 0.5, _n_offers(budget, cost))


def likeliest_first(p, margin, cost, budget):
    """You ranked by probability. Rank by value: a customer who is likely to redeem may bring
    little.
    """
    p = np.asarray(p, dtype=float)
    value = _value(p, margin, cost)
    return _chosen(p, value > 0, _n_offers(budget, cost))


def losses_sent(p, margin, cost, budget):
    """You sent offers that lose money. Send an offer only if its value is above 0."""
    value = _value(p, margin, cost)
    return _chosen(value, np.full(len(value), True), _n_offers(budget, cost))


def budget_ignored(p, margin, cost, budget):
    """You sent more than the budget pays for."""
    return reference.choose_offers(p, margin, cost, cost * (len(p) + 1))


def budget_counts_people(p, margin, cost, budget):
    """You read the budget as a number of offers. It is in USD, and an offer costs ``cost``."""
    return reference.choose_offers(p, margin, cost, cost * int(budget))


def cost_paid_on_redemption(p, margin, cost, budget):
    """You subtracted the cost only from redeemed offers. An offer costs the same whether it is
    redeemed or not.
    """
    value = np.round(np.asarray(p, dtype=float) * (np.asarray(margin, dtype=float) - cost), 9)
    return _chosen(value, value > 0, _n_offers(budget, cost))


def worth_nothing_sent(p, margin, cost, budget):
    """You sent offers whose value is exactly 0. Send an offer only if its value is above 0."""
    value = _value(p, margin, cost)
    return _chosen(value, value >= 0, int(min(len(value), round(budget / cost, 9))))


def rounding_errors_sent(p, margin, cost, budget):
    """A value such as 0.1 x 3 - 0.3 is 0, but a computer finds 5e-17 and you sent it. Round the
    values to nine decimals before you compare them.
    """
    value = np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost
    return _chosen(value, value > 0, int(min(len(value), round(budget / cost, 9))))


def _paid(p, margin, cost, budget, n):
    """The right customers, but another number of them."""
    value = _value(p, margin, cost)
    return _chosen(value, value > 0, int(n) if np.isfinite(budget) else len(value))


def one_offer_lost(p, margin, cost, budget):
    """Where the budget is a whole number of offers, rounding cost you one: on a computer 1 // 0.1
    is 9, 0.3 / 0.1 is a little below 3, and 0.1 + 0.1 + 0.1 a little above 0.3.
    """
    return _paid(p, margin, cost, budget, budget // cost if budget < np.inf else 0)


def one_offer_lost__cut_off(p, margin, cost, budget):
    return _paid(p, margin, cost, budget, int(budget / cost) if budget < np.inf else 0)


def one_offer_lost__product(p, margin, cost, budget):
    n = sum(k * cost <= budget for k in range(1, len(p) + 1))
    return _paid(p, margin, cost, budget, n)


def one_offer_lost__added_up(p, margin, cost, budget):
    n = np.count_nonzero(np.cumsum(np.full(len(p), cost)) <= budget)
    return _paid(p, margin, cost, budget, n)


def one_offer_lost__subtracted(p, margin, cost, budget):
    n = np.count_nonzero(np.subtract.accumulate([budget, *[cost] * len(p)])[1:] >= 0)
    return _paid(p, margin, cost, budget, n)


def budget_not_used_up(p, margin, cost, budget):
    """You sent one offer too few where the budget is a whole number of offers: it may be spent to
    the last cent.
    """
    n = np.ceil(round(budget / cost, 9)) - 1 if budget < np.inf else 0
    return _paid(p, margin, cost, budget, max(0, int(n)))


def budget_rounded_up(p, margin, cost, budget):
    """You rounded the number of offers to the nearest whole number, or up. The last of them is not
    paid for: round down.
    """
    return _paid(p, margin, cost, budget, round(budget / cost) if budget < np.inf else 0)


def budget_rounded_up__always(p, margin, cost, budget):
    n = int(np.ceil(round(budget / cost, 9))) if budget < np.inf else 0
    return _paid(p, margin, cost, budget, n)


def budget_rounded_up__one_more(p, margin, cost, budget):
    n = int(round(budget / cost, 9)) + 1 if budget < np.inf else 0
    return _paid(p, margin, cost, budget, n)


def fails_on_an_infinite_budget(p, margin, cost, budget):
    """Your answer fails where the budget is infinite: an infinite quotient is no whole number."""
    if budget == np.inf:
        raise OverflowError("cannot convert float infinity to integer")
    return reference.choose_offers(p, margin, cost, budget)


def fails_on_an_infinite_budget__no_number(p, margin, cost, budget):
    if budget == np.inf:
        raise ValueError("cannot convert float NaN to integer")
    return reference.choose_offers(p, margin, cost, budget)


def nobody_for_an_infinite_budget(p, margin, cost, budget):
    """Where the budget is infinite you send nothing. It pays for every offer."""
    return [] if budget == np.inf else reference.choose_offers(p, margin, cost, budget)


def equal_values_backwards(p, margin, cost, budget):
    """Among equal values the lower number must come first. An unstable sort does not keep that
    order, and a sorted list that is turned round has it backwards.
    """
    value = _value(p, margin, cost)
    best = np.argsort(value, kind="stable")[::-1]
    return best[value[best] > 0][: _n_offers(budget, cost)].tolist()


def equal_values_backwards__unstable(p, margin, cost, budget):
    value = _value(p, margin, cost)
    best = np.argsort(-value)
    return best[value[best] > 0][: _n_offers(budget, cost)].tolist()


def equal_values_backwards__unstable_and_reversed(p, margin, cost, budget):
    value = _value(p, margin, cost)
    best = np.argsort(value)[::-1]
    return best[value[best] > 0][: _n_offers(budget, cost)].tolist()


def equal_values_backwards__by_probability(p, margin, cost, budget):
    value = _value(p, margin, cost)
    best = np.lexsort([-np.asarray(p, dtype=float), -value])
    return best[value[best] > 0][: _n_offers(budget, cost)].tolist()


def lowest_value_first(p, margin, cost, budget):
    """The lowest value comes first in your list. The highest must."""
    value = _value(p, margin, cost)
    return _chosen(-value, value > 0, _n_offers(budget, cost))


def sorted_by_number(p, margin, cost, budget):
    """Your list goes by the customers' numbers. The highest value must come first."""
    return sorted(reference.choose_offers(p, margin, cost, budget))


def sorted_by_number__chosen_so(p, margin, cost, budget):
    value = _value(p, margin, cost)
    return np.flatnonzero(value > 0)[: _n_offers(budget, cost)].tolist()


def numbers_among_the_rest(p, margin, cost, budget):
    """You dropped customers first, and then numbered those who were left. Return the numbers that
    the customers have in ``p``.
    """
    value = _value(p, margin, cost)
    kept = value[value > 0]
    return np.argsort(-kept, kind="stable")[: _n_offers(budget, cost)].tolist()


def numbers_counted_from_one(p, margin, cost, budget):
    """You numbered the customers from 1. The first one is 0."""
    return [i + 1 for i in reference.choose_offers(p, margin, cost, budget)]


def divided_by_the_margin(p, margin, cost, budget):
    """You compared p with cost / margin. Where the margin is negative that threshold is negative,
    and you sent an offer to somebody who costs money.
    """
    value, margin = _value(p, margin, cost), np.asarray(margin, dtype=float)
    with np.errstate(all="ignore"):
        likely = np.asarray(p, dtype=float) > cost / margin
    return _chosen(value, likely & (value != 0), _n_offers(budget, cost))


def highest_margin_first(p, margin, cost, budget):
    """You ranked by margin. Rank by value: a customer who would bring much may be unlikely to
    redeem.
    """
    value = _value(p, margin, cost)
    return _chosen(np.asarray(margin, dtype=float), value > 0, _n_offers(budget, cost))


# ---- propensity_scores ----------------------------------------------------------------------


def one_feature(train, y, test):
    """You used one feature, the number of campaigns redeemed before. The others tell more."""
    past, now = (np.log1p(each[["campaigns_redeemed"]]).to_numpy() for each in (train, test))
    return LogisticRegression().fit(past, y).predict_proba(now)[:, 1]


def share_redeemed_before(train, y, test):
    """You used a share of campaigns that were redeemed before. It ranks, but it is no probability,
    and nothing was learned from ``y``.
    """
    share = test["campaigns_redeemed"] / test["campaigns_sent"].clip(lower=1)
    return share.clip(upper=1).to_numpy()


def base_rate_for_all(train, y, test):
    """You gave everybody the same probability. It is calibrated, but it cannot rank."""
    return np.full(len(test), np.mean(y))


def yes_or_no(train, y, test):
    """You returned labels, 0 and 1. They hardly rank, and as probabilities they are too extreme."""
    scaled = (train - train.mean()) / train.std().clip(lower=1e-9)
    model = LogisticRegression(max_iter=1000).fit(scaled, y)
    return model.predict((test - train.mean()) / train.std().clip(lower=1e-9)).astype(float)


def odds_for_probabilities(train, y, test):
    """Some of your values are not between 0 and 1. Log odds rank as well as probabilities do, but
    they are not probabilities: put them through the logistic function.
    """
    p = np.clip(reference.propensity_scores(train, y, test), 1e-9, 1 - 1e-9)
    return np.log(p / (1 - p))


def chance_of_no_coupon(train, y, test):
    """You returned the probability that a household does *not* redeem: column 0 of
    ``predict_proba``. Your ranking is upside down.
    """
    return 1 - reference.propensity_scores(train, y, test)


def everybody_balanced(train, y, test):
    """With ``class_weight="balanced"`` the ranking is about as good, but the probabilities are
    several times too high: they are right where half of the customers redeem.
    """
    center, spread = np.log1p(train).mean(), np.log1p(train).std().clip(lower=1e-9)
    model = LogisticRegression(C=0.1, max_iter=1000, class_weight="balanced")
    model.fit((np.log1p(train) - center) / spread, y)
    return model.predict_proba((np.log1p(test) - center) / spread)[:, 1]


def share_redeemed_before__of_the_largest(train, y, test):
    redeemed = test["campaigns_redeemed"].to_numpy(float)
    return redeemed / max(redeemed.max(), 1.0)


def tree_without_limit(train, y, test):
    """A tree without a limit learns every row by heart: it says 0 or 1 and is often wrong."""
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(random_state=0).fit(train, y).predict_proba(test)[:, 1]
