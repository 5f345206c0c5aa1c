"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

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
        if defect == "future_known":
            known = True
        elif defect == "unfinished_campaigns":
            known = start < today
        else:
            known = end <= last
        if household not in rows or not known:
            continue
        coupons = sum(
            h == household and (c == campaign or defect == "any_campaign") for h, c, _ in redeemed
        )
        rows[household][0] += 1
        rows[household][1] += coupons if defect == "coupons_counted" else int(coupons > 0)
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


def history_alone(defect):
    """Return all three arguments: who was sent what, what was redeemed, and today."""
    return [(1, 7, 50, 80)]


# ---- build_labels ---------------------------------------------------------------------------

_PAIR = ["household_id", "campaign_id"]


def one_row_per_coupon(campaigns, desc, redemptions):
    """A household that redeemed several coupons of a campaign has several rows. Make the pairs
    unique before you join.
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
    """The last day belongs to the campaign, and so does the first."""
    shorter = desc.assign(end_date=desc["end_date"] - pd.Timedelta(days=1))
    return reference.build_labels(campaigns, shorter, redemptions)


def one_coupon_decides(campaigns, desc, redemptions):
    """Only one coupon of each household and campaign was looked at. The first may be too late and
    the second in time: compare the dates before you make the pairs unique.
    """
    one = redemptions.drop_duplicates(_PAIR)
    return reference.build_labels(campaigns, desc, one)


def redeemers_never_sent(campaigns, desc, redemptions):
    """There is a row for a pair that is not in ``campaigns``. Only households that were sent the
    campaign have a row, whatever the redemptions hold.
    """
    pairs = pd.concat([campaigns[_PAIR], redemptions[_PAIR]]).drop_duplicates()
    return reference.build_labels(pairs, desc, redemptions)


def rows_sorted(campaigns, desc, redemptions):
    """The labels may be right, but the rows are not in the order of ``campaigns``: they are sorted
    by household and campaign, as ``groupby`` and an outer join leave them.
    """
    labels = reference.build_labels(campaigns, desc, redemptions)
    return labels.sort_values(_PAIR, ignore_index=True)


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


def _with_start(targets, start):
    return targets.assign(start_date=start)


def start_day_included(tx, targets, lookback):
    """The day of the start was counted. On that day the campaign already runs, so a purchase may be
    the very redemption that you predict.
    """
    later = targets["start_date"] + pd.Timedelta(days=1)
    features = reference.asof_features(tx, _with_start(targets, later), lookback + 1)
    return features.assign(recency=features["recency"] - 1)


def one_cutoff_for_all(tx, targets, lookback):
    """All rows were cut at the latest start. Each row has its own start: cut at the latest one, the
    earlier rows contain their own future.
    """
    latest = targets["start_date"].max()
    return reference.asof_features(tx, _with_start(targets, latest), lookback)


def future_included(tx, targets, lookback):
    """Purchases after the start were counted, and the coupons of the campaign itself are among
    them. The window ends on the day before the start.
    """
    features = reference.asof_features(tx, targets, lookback).reset_index(drop=True)
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
    features = reference.asof_features(tx, targets, 100_000)
    return features.assign(recency=features["recency"].clip(upper=lookback))


def oldest_day_left_out(tx, targets, lookback):
    """The window lost its oldest day, ``start_date - lookback``."""
    features = reference.asof_features(tx, targets, lookback - 1)
    return features.assign(recency=features["recency"].where(features["baskets"] > 0, lookback))


def silent_dropped(tx, targets, lookback):
    """A household that bought nothing has no row. It must have one: 0, 0, 0 and ``lookback``."""
    features = reference.asof_features(tx, targets, lookback)
    return features[features["baskets"] > 0]


def lines_for_visits(tx, targets, lookback):
    """``baskets`` counts lines. Ten products bought at once are one basket."""
    lines = tx.assign(basket_id=np.arange(len(tx)))
    return reference.asof_features(lines, targets, lookback)


def coupon_dollars(tx, targets, lookback):
    """``coupons`` counts lines on which a coupon was used; you added up the USD."""
    lines = tx.assign(sales_value=tx["coupon_disc"])
    dollars = reference.asof_features(lines, targets, lookback)["sales"]
    return reference.asof_features(tx, targets, lookback).assign(coupons=dollars)


def households_for_rows(tx, targets, lookback):
    """A household's first row gave the features of all its rows. Each has a start of its own."""
    features = reference.asof_features(tx, targets, lookback).reset_index(drop=True)
    households = targets["household_id"].reset_index(drop=True)
    first = households.map(pd.Series(households.index, households).groupby(level=0).first())
    return features.loc[first].set_axis(targets.index)


def equal_rows_added_up(tx, targets, lookback):
    """A household has two rows with the same start, and its purchases were counted twice in each.
    Each row has the same past, counted once.
    """
    features = reference.asof_features(tx, targets, lookback)
    twice = targets.duplicated(["household_id", "start_date"], keep=False)
    return features.assign(**features[["sales", "coupons"]].mul(1 + twice, axis=0))


def cut_at_own_latest_start(tx, targets, lookback):
    """All rows of a household were cut at its latest start, so its earlier rows contain their own
    future. Each row has its own start.
    """
    latest = targets.groupby("household_id")["start_date"].transform("max")
    return reference.asof_features(tx, _with_start(targets, latest), lookback)


def day_before_left_out(tx, targets, lookback):
    """The day before the start was left out. It is the newest day that is known."""
    one_earlier = targets["start_date"] - pd.Timedelta(days=1)
    features = reference.asof_features(tx, _with_start(targets, one_earlier), lookback - 1)
    return features.assign(recency=features["recency"] + 1)


def one_day_too_old(tx, targets, lookback):
    """The window is one day too long: it begins ``lookback + 1`` days before the start."""
    features = reference.asof_features(tx, targets, lookback + 1)
    return features.assign(recency=features["recency"].where(features["baskets"] > 0, lookback))


def recency_zero_when_silent(tx, targets, lookback):
    """The recency of a household that bought nothing is 0, as if it had bought today. It is
    ``lookback``.
    """
    features = reference.asof_features(tx, targets, lookback)
    return features.assign(recency=features["recency"].where(features["baskets"] > 0, 0.0))


def baskets_with_coupons(tx, targets, lookback):
    """``coupons`` counts baskets in which a coupon was used. It must count lines."""
    features = reference.asof_features(tx, targets, lookback)
    with_coupon = tx[tx["coupon_disc"] > 0]
    return features.assign(
        coupons=reference.asof_features(with_coupon, targets, lookback)["baskets"]
    )


def older_recency_kept(tx, targets, lookback):
    """``recency`` goes back further than ``lookback`` days. A household with older purchases only
    has ``lookback``, like one that never bought anything.
    """
    features = reference.asof_features(tx, targets, lookback)
    all_time = reference.asof_features(tx, targets, 100_000)["recency"]
    return features.assign(recency=all_time.where(all_time < 100_000, lookback))


def doubled_lines_merged(tx, targets, lookback):
    """Equal lines were merged into one. Two equal lines are two purchases of the same product."""
    return reference.asof_features(tx.drop_duplicates(), targets, lookback)


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
    expected = reference.asof_features(tx, targets, lookback)[columns]
    got = fn(tx, targets, lookback)[columns]
    return got.shape == expected.shape and np.allclose(got, expected)


def one_start_only(fn):
    """In your test all rows have the same start. Implementations that confuse the starts of several
    rows get through.
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
    """Your test rejects a right implementation that returns whole numbers, or its columns in
    another order. The docstring allows both.
    """
    tx, targets = _history([-2, 0, 1, 5, 9, 10], [0, 7, 0, 20])
    return bool(fn(tx, targets, 9).equals(reference.asof_features(tx, targets, 9)))


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


def wrong_sign(w, b, X, y, l2):
    """The part of the gradient that comes from the data has the wrong sign: a step against it
    raises the loss.
    """
    loss, _, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss, X.T @ (y - expit(X @ w + b)) / len(y) + l2 * w, -grad_b


def intercept_penalised(w, b, X, y, l2):
    """The intercept was penalised too. It must not be: it carries the base rate."""
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss + l2 / 2 * b**2, grad_w, grad_b + l2 * b


def summed_not_averaged(w, b, X, y, l2):
    """You summed over the customers. The loss is a mean: then λ means the same for more data."""
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, 0.0)
    n = len(y)
    return n * loss + l2 / 2 * (w @ w), n * grad_w + l2 * w, n * grad_b


def penalty_not_halved(w, b, X, y, l2):
    """The penalty is λ/2 times the squared length, and its gradient λ times w."""
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, 2 * l2)
    return loss, grad_w, grad_b


def penalty_forgotten(w, b, X, y, l2):
    """The penalty is missing."""
    return reference.logistic_loss_grad(w, b, X, y, 0.0)


def penalty_not_in_gradient(w, b, X, y, l2):
    """The penalty is in the loss but not in the gradient."""
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
    """The table goes from the lowest predictions to the highest."""
    return _by_runs(y, p, _sorted_runs(-np.asarray(p, dtype=float), bins))


def gaps_cancel(y, p, bins):
    """The gaps were added with their signs, so one that is too high and one that is too low cancel.
    Take absolute values.
    """
    return _by_runs(y, p, _sorted_runs(p, bins), signed=True)


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


def rest_in_the_last_bin__smaller_last(y, p, bins):
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    size = -(-len(order) // bins)
    return _by_runs(y, p, [order[at : at + size] for at in range(0, len(order), size)])


def not_sorted(y, p, bins):
    """The customers were cut into bins as they came. Sort them by ``p``."""
    return _by_runs(y, p, np.array_split(np.arange(len(p)), min(bins, len(p))))


def squared_gaps(y, p, bins):
    """You squared the gaps. The error is the weighted mean of their absolute values."""
    table, _ = reference.calibration_table(y, p, bins)
    return table, float(
        np.average((table["predicted"] - table["observed"]) ** 2, weights=table["n"])
    )


def larger_bins_anywhere(y, p, bins):
    """The sizes of your bins differ by at most one, but the larger ones must come first."""
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    n, bins = len(order), min(bins, len(order))
    return _by_runs(y, p, np.split(order, [n * b // bins for b in range(1, bins)]))


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
    """You took the mean plus two standard deviations for the 95th percentile. The errors are not
    normal: take their quantile.
    """
    errors = _errors(p, np.asarray(u) < np.asarray(p), bins)
    return float(np.mean(errors)), float(np.mean(errors) + 2 * np.std(errors))


def median_for_mean(p, u, bins):
    """The first number is the mean of the errors; you returned their median."""
    errors = _errors(p, np.asarray(u) < np.asarray(p), bins)
    return float(np.median(errors)), float(np.quantile(errors, 0.95))


def customers_out_of_order(p, u, bins):
    """You sorted ``p`` and not the outcomes, so promises and outcomes of different customers were
    compared.
    """
    outcomes = np.asarray(u) < np.asarray(p)
    return _mean_and_tail(_errors(np.sort(p), outcomes, bins))


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
    """The feature is p itself. It must be the log odds of p."""
    return _fitted(np.asarray(p_old, dtype=float), y_old, np.asarray(p_new, dtype=float))


def on_logarithms(p_old, y_old, p_new):
    """The feature is log p. It must be the log odds, log(p / (1 - p))."""
    old, new = (np.log(np.clip(np.asarray(p, dtype=float), 1e-6, 1)) for p in (p_old, p_new))
    return _fitted(old, y_old, new)


def penalised(p_old, y_old, p_new):
    """The regression has a penalty: scikit-learn's default is ``C=1``. With few old customers it
    pulls the slope towards 0.
    """
    return _fitted(_log_odds(p_old), y_old, _log_odds(p_new), C=1.0)


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
    """You sent offers that lose money. An offer is sent only if its value is above 0."""
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
    """You sent offers whose value is exactly 0. Only a value above 0 is sent."""
    value = _value(p, margin, cost)
    return _chosen(value, value >= 0, int(min(len(value), round(budget / cost, 9))))


def rounding_errors_sent(p, margin, cost, budget):
    """A value such as 0.1 x 3 - 0.3 is 0, but a computer finds 5e-17 and you sent it. Amounts that
    agree in nine decimals are equal.
    """
    value = np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost
    return _chosen(value, value > 0, int(min(len(value), round(budget / cost, 9))))


def one_offer_lost(p, margin, cost, budget):
    """Where the budget is a whole number of offers you sent one too few: 1 // 0.1 is 9 on a
    computer. Amounts that agree in nine decimals are equal.
    """
    value = _value(p, margin, cost)
    return _chosen(value, value > 0, int(min(len(value), budget // cost)))


# ---- propensity_scores ----------------------------------------------------------------------


def one_feature(train, y, test):
    """You used one feature, the number of campaigns redeemed before. The others tell more."""
    past, now = (np.log1p(each[["campaigns_redeemed"]]).to_numpy() for each in (train, test))
    return LogisticRegression().fit(past, y).predict_proba(now)[:, 1]


def share_redeemed_before(train, y, test):
    """You used the share of earlier campaigns that were redeemed. It ranks, but it is not a
    probability: without a past it is 0, and after one of one it is 1.
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


def everybody_balanced(train, y, test):
    """With ``class_weight="balanced"`` the ranking is about as good, but the probabilities are
    several times too high: they are right where half of the customers redeem.
    """
    center, spread = np.log1p(train).mean(), np.log1p(train).std().clip(lower=1e-9)
    model = LogisticRegression(C=0.1, max_iter=1000, class_weight="balanced")
    model.fit((np.log1p(train) - center) / spread, y)
    return model.predict_proba((np.log1p(test) - center) / spread)[:, 1]


def tree_without_limit(train, y, test):
    """A tree without a limit learns every row by heart: it says 0 or 1 and is often wrong."""
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(random_state=0).fit(train, y).predict_proba(test)[:, 1]
