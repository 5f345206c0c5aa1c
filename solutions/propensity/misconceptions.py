"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from solutions.propensity import reference

# ---- break_persona --------------------------------------------------------------------------

# Each differs from the correct persona by one decision, so that each is one mistake.


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
    """The persona without a defect, by the same steps as the flawed ones."""
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
    """One history for every defect, on which only some of them matter. With at most one coupon
    nothing tells coupons from campaigns, nor one campaign from another.
    """
    return [(1, 7, 50, 80), (1, 9, 100, 130)], [(1, 7, 60)], 100


def nobody_to_decide_about(defect):
    """No campaign starts ``today``, so all tables are empty, flawed or not."""
    return [(1, 7, 50, 80), (1, 8, 90, 99)], [(1, 7, 60), (1, 7, 61)], 100


def redeemed_without_being_sent(defect):
    """A coupon was redeemed by somebody who was not sent the campaign, or outside its days. That
    does not happen in our data: break the persona on a history that could have happened.
    """
    return [(1, 9, 100, 130)], [(1, 7, 60)], 100


def a_whole_year(defect):
    """At most 8 rows and 8 coupons: an example that nobody can check by hand convinces nobody."""
    return [(h, 9, 100, 130) for h in range(20)], [(h, 9, 105) for h in range(20)], 100


def history_alone(defect):
    """Return all three arguments: who was sent what, what was redeemed, and today."""
    return [(1, 7, 50, 80)]


# ---- build_labels ---------------------------------------------------------------------------

_PAIR = ["household_id", "campaign_id"]


def one_row_per_coupon(campaigns, desc, redemptions):
    """There is a row for each coupon, so whoever redeems five coupons is there five times. Make
    pairs unique before you join.
    """
    dated = redemptions.merge(desc, on="campaign_id")
    in_time = dated["redemption_date"].between(dated["start_date"], dated["end_date"])
    positive = dated.loc[in_time, _PAIR].assign(y=1)
    labels = campaigns[_PAIR].merge(positive, on=_PAIR, how="left")
    return labels.fillna({"y": 0}).astype({"y": int})


def redeemed_in_any_campaign(campaigns, desc, redemptions):
    """You joined by household alone: a coupon of one campaign made all her campaigns positive."""
    dated = redemptions.merge(desc, on="campaign_id")
    in_time = dated["redemption_date"].between(dated["start_date"], dated["end_date"])
    y = campaigns["household_id"].isin(dated.loc[in_time, "household_id"]).astype(int)
    return campaigns[_PAIR].assign(y=y).reset_index(drop=True)


def refusals_lost(campaigns, desc, redemptions):
    """Only those who redeemed are left. An inner join loses every 0, and a model without zeros has
    nothing to learn.
    """
    labels = reference.build_labels(campaigns, desc, redemptions)
    return labels[labels["y"] == 1].reset_index(drop=True)


def late_redemptions_count(campaigns, desc, redemptions):
    """You did not compare the dates: a coupon redeemed before its campaign begins or after it ends
    is no redemption of it.
    """
    always = desc.assign(start_date=pd.Timestamp.min, end_date=pd.Timestamp.max)
    return reference.build_labels(campaigns, always, redemptions)


def last_day_left_out(campaigns, desc, redemptions):
    """The last day belongs to the campaign, and so does the first."""
    shorter = desc.assign(end_date=desc["end_date"] - pd.Timedelta(days=1))
    return reference.build_labels(campaigns, shorter, redemptions)


def one_coupon_decides(campaigns, desc, redemptions):
    """You looked at one coupon of each household and campaign. The first may be too late and the
    second in time: compare the dates before you make pairs unique.
    """
    one = redemptions.drop_duplicates(_PAIR)
    return reference.build_labels(campaigns, desc, one)


def redeemers_never_sent(campaigns, desc, redemptions):
    """There is a row for somebody who was not sent the campaign. The question is about those who
    were: they are the rows, whatever the redemptions hold.
    """
    pairs = pd.concat([campaigns[_PAIR], redemptions[_PAIR]]).drop_duplicates()
    return reference.build_labels(pairs, desc, redemptions)


# ---- asof_features and kill_asof ------------------------------------------------------------


def _with_start(targets, start):
    return targets.assign(start_date=start)


def start_day_included(tx, targets, lookback):
    """The day of the start was counted. On that day the campaign runs: what is bought then may be
    what you predict.
    """
    later = targets["start_date"] + pd.Timedelta(days=1)
    features = reference.asof_features(tx, _with_start(targets, later), lookback + 1)
    return features.assign(recency=features["recency"] - 1)


def one_cutoff_for_all(tx, targets, lookback):
    """All rows were cut at one day. Each row has a start of its own; cut at the latest, and the
    early rows read their future.
    """
    latest = targets["start_date"].max()
    return reference.asof_features(tx, _with_start(targets, latest), lookback)


def future_included(tx, targets, lookback):
    """There is no upper end to the window: purchases after the start were counted, and the
    campaign's own coupons are among them.
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
    """Purchases of any age were counted. A household of which a longer past is known then looks
    busier than it is.
    """
    features = reference.asof_features(tx, targets, 100_000)
    return features.assign(recency=features["recency"].clip(upper=lookback))


def oldest_day_left_out(tx, targets, lookback):
    """The window lost its oldest day, ``start_date - lookback``."""
    features = reference.asof_features(tx, targets, lookback - 1)
    return features.assign(recency=features["recency"].where(features["baskets"] > 0, lookback))


def silent_dropped(tx, targets, lookback):
    """A household that bought nothing has no row. Silence is what the model should learn from."""
    features = reference.asof_features(tx, targets, lookback)
    return features[features["baskets"] > 0]


def lines_for_visits(tx, targets, lookback):
    """Lines were counted as baskets: a household that buys ten things at once was there once."""
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
    """A household was sent two campaigns on one day, and its purchases were counted twice: two rows
    with the same start are two rows, each with the whole past.
    """
    features = reference.asof_features(tx, targets, lookback)
    twice = targets.duplicated(["household_id", "start_date"], keep=False)
    return features.assign(**features[["sales", "coupons"]].mul(1 + twice, axis=0))


PLANTED_LEAKS = {
    function.__name__: function
    for function in (
        start_day_included,
        one_cutoff_for_all,
        future_included,
        no_lookback,
        oldest_day_left_out,
        silent_dropped,
        lines_for_visits,
        coupon_dollars,
        households_for_rows,
    )
}


def accepts_any_features(fn):
    """Your test accepts everything. Compare what comes back with a table that you worked out."""
    return True


def rejects_any_features(fn):
    """Your test rejects right implementations too: compare with values that you worked out from
    the contract, and allow for another type of number and another order of columns.
    """
    return False


def _small_history():
    start = pd.Timestamp("2017-05-08")
    days = start - pd.to_timedelta([3, 3, 9], unit="D")
    tx = pd.DataFrame({"household_id": 1, "basket_id": [5, 5, 6], "day": days})
    tx = tx.assign(sales_value=[4.0, 1.0, 2.0], coupon_disc=[0.0, 0.0, 1.0])
    return tx, pd.DataFrame({"household_id": [1], "start_date": [start]})


def _same(got, expected):
    return got.shape == expected.shape and np.allclose(got[expected.columns], expected)


def one_household_only(fn):
    """With one household and one start there is nobody to be confused with, and nothing beyond
    the ends of the window to be counted by mistake.
    """
    tx, targets = _small_history()
    return _same(fn(tx, targets, 30), reference.asof_features(tx, targets, 30))


def looks_only_at_rows(fn):
    """Your test counts the rows and never looks at a value."""
    tx, targets = _small_history()
    two = pd.concat([targets, targets.assign(household_id=2)], ignore_index=True)
    return len(fn(tx, two, 30)) == 2


def looks_only_at_the_start(fn):
    """Your test looks at the upper end of the window alone: there are mistakes at the lower end,
    with several starts, and with what is counted.
    """
    tx, targets = _small_history()
    on_the_day = tx.assign(day=targets["start_date"].iloc[0])
    both = pd.concat([tx, on_the_day.assign(basket_id=[7, 7, 8])], ignore_index=True)
    return _same(fn(both, targets, 30), reference.asof_features(both, targets, 30))


# ---- positive_proba -------------------------------------------------------------------------


def second_column(X, y, X_new, positive):
    """You took ``[:, 1]``. Columns are in the order of ``classes_``, which is sorted: of "buy" and
    "no" the second is "no".
    """
    return LogisticRegression().fit(X, y).predict_proba(np.atleast_2d(X_new))[:, 1]


def all_columns(X, y, X_new, positive):
    """You returned a column for each label. Which one is it?"""
    return LogisticRegression().fit(X, y).predict_proba(np.atleast_2d(X_new))


def hard_label(X, y, X_new, positive):
    """``predict`` says yes or no at 0.5. Whom to send to first needs a probability."""
    model = LogisticRegression().fit(X, y)
    return (model.predict(np.atleast_2d(X_new)) == positive).astype(float)


def single_customer_fails(X, y, X_new, positive):
    """A single customer comes as a row without a second dimension, and scikit-learn wants a table:
    a row is ``(1, n_features)``.
    """
    model = LogisticRegression().fit(X, y)
    return model.predict_proba(X_new)[:, list(model.classes_).index(positive)]


def customer_turned_into_a_column(X, y, X_new, positive):
    """``reshape(-1, 1)`` makes each feature a customer of its own. The error message offers two
    ways; you want ``reshape(1, -1)``.
    """
    X_new = np.asarray(X_new)
    return single_customer_fails(X, y, X_new.reshape(-1, 1) if X_new.ndim == 1 else X_new, positive)


def in_order_of_appearance(X, y, X_new, positive):
    """You took the labels in the order in which they appear. The model sorts them: see
    ``classes_``.
    """
    column = list(dict.fromkeys(np.asarray(y).tolist())).index(positive)
    return LogisticRegression().fit(X, y).predict_proba(np.atleast_2d(X_new))[:, column]


def classes_balanced(X, y, X_new, positive):
    """With ``class_weight="balanced"`` the model learns from a population in which all labels are
    equally frequent, and its probabilities belong to that one.
    """
    model = LogisticRegression(class_weight="balanced").fit(X, y)
    return model.predict_proba(np.atleast_2d(X_new))[:, list(model.classes_).index(positive)]


# ---- logistic_loss_grad ---------------------------------------------------------------------


def overflows(w, b, X, y, l2):
    """``log(1 + exp(z))`` overflows where ``z`` is large, and the loss is infinite or NaN. Rewrite
    it so that ``exp`` only ever sees numbers below 0.
    """
    with np.errstate(all="ignore"):
        z = X @ w + b
        p = 1 / (1 + np.exp(-z))
        loss = np.mean(-y * np.log(p) - (1 - y) * np.log(1 - p)) + l2 / 2 * (w @ w)
    return float(loss), X.T @ (p - y) / len(y) + l2 * w, float((p - y).mean())


def probabilities_clipped(w, b, X, y, l2):
    """You kept p away from 0 and 1. Then being wrong costs the same, however far out ``z`` is; the
    true loss grows with ``z``.
    """
    p = expit(X @ w + b)
    kept = np.clip(p, 1e-15, 1 - 1e-15)
    loss = np.mean(-y * np.log(kept) - (1 - y) * np.log(1 - kept)) + l2 / 2 * (w @ w)
    return float(loss), X.T @ (p - y) / len(y) + l2 * w, float((p - y).mean())


def wrong_sign(w, b, X, y, l2):
    """The gradient of the data points the other way: stepping against it raises the loss."""
    loss, _, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss, X.T @ (y - expit(X @ w + b)) / len(y) + l2 * w, -grad_b


def intercept_penalised(w, b, X, y, l2):
    """The intercept was penalised too. Then the model is pulled away from the base rate."""
    loss, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, l2)
    return loss + l2 / 2 * b**2, grad_w, grad_b + l2 * b


def summed_not_averaged(w, b, X, y, l2):
    """The loss is a mean over customers, you summed: with more data λ would mean something else."""
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
    """The penalty is in the loss and not in the gradient: compare with finite differences."""
    _, grad_w, grad_b = reference.logistic_loss_grad(w, b, X, y, 0.0)
    return reference.logistic_loss_grad(w, b, X, y, l2)[0], grad_w, grad_b


# ---- lift_at --------------------------------------------------------------------------------


def worst_first(y, p, frac):
    """You took the lowest scores: ``argsort`` sorts upwards."""
    return reference.lift_at(y, -np.asarray(p, dtype=float), frac)


def rate_in_the_top(y, p, frac):
    """That is the rate in the top. A lift says how many times the rate of all it is."""
    return reference.lift_at(y, p, frac) * float(np.mean(y))


def share_of_redeemers(y, p, frac):
    """That is recall: which part of the redeemers is in the top. Half of the list would hold half
    of them by chance.
    """
    y = np.asarray(y, dtype=float)
    k = max(1, int(len(y) * frac))
    return reference.lift_at(y, p, frac) * k / len(y)


def compared_with_the_rest(y, p, frac):
    """You divided by the rate of the others. The base is everybody, the top included."""
    y = np.asarray(y, dtype=float)
    order = np.argsort(-np.asarray(p, dtype=float), kind="stable")
    k = max(1, int(len(y) * frac))
    with np.errstate(all="ignore"):
        return float(y[order[:k]].mean() / y[order[k:]].mean())


def scores_cut_at_a_value(y, p, frac):
    """``frac`` was used as a threshold for the score. It is the part of the list to take."""
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    top = p >= frac
    with np.errstate(all="ignore"):
        return float(y[top].sum() / top.sum() / y.mean()) if top.any() else float("nan")


def zero_without_redeemers(y, p, frac):
    """Where nobody redeemed there is no lift: NaN, not 0."""
    return 0.0 if np.sum(y) == 0 else reference.lift_at(y, p, frac)


def ties_reversed(y, p, frac):
    """Of equal scores the earlier one comes first: a list sorted upwards and then reversed has them
    the other way round.
    """
    y = np.asarray(y, dtype=float)
    best = np.argsort(np.asarray(p), kind="stable")[::-1]
    with np.errstate(all="ignore"):
        return float(y[best[: max(1, int(len(y) * frac))]].mean() / y.mean())


def top_rounded_up(y, p, frac):
    """The size of the top is rounded down; yours is one larger."""
    n = len(y)
    k = max(1, int(np.ceil(n * frac)))
    return reference.lift_at(y, p, (k + 0.5) / n if k < n else 1.0)


def top_rounded(y, p, frac):
    """The size of the top is rounded down, not to the nearest whole number."""
    n = len(y)
    return reference.lift_at(y, p, min(1.0, (max(1, round(n * frac)) + 0.5) / n))


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
    """The bins are equally wide. Where most probabilities are low, the upper ones hold a handful
    of customers; the contract asks for equal counts.
    """
    which = np.minimum((np.asarray(p, dtype=float) * bins).astype(int), bins - 1)
    return _by_runs(y, p, [np.flatnonzero(which == b) for b in range(bins)])


def highest_first(y, p, bins):
    """The table goes from the lowest predictions to the highest."""
    return _by_runs(y, p, _sorted_runs(-np.asarray(p, dtype=float), bins))


def gaps_cancel(y, p, bins):
    """The gaps were added with their signs, so promising too much here and too little there looks
    perfect: take their size.
    """
    return _by_runs(y, p, _sorted_runs(p, bins), signed=True)


def bins_not_weighted(y, p, bins):
    """Each bin counts by the number of its customers."""
    return _by_runs(y, p, _sorted_runs(p, bins), weighted=False)


def rest_in_the_last_bin(y, p, bins):
    """All bins but the last have the same size, and the last one has the rest. Sizes must differ by
    at most one.
    """
    order = np.argsort(np.asarray(p, dtype=float), kind="stable")
    size = -(-len(order) // bins)
    return _by_runs(y, p, [order[at : at + size] for at in range(0, len(order), size)])


def not_sorted(y, p, bins):
    """The customers were cut into bins as they came. Sort them by ``p``."""
    return _by_runs(y, p, np.array_split(np.arange(len(p)), min(bins, len(p))))


def squared_gaps(y, p, bins):
    """You squared the gaps; the contract asks for their size."""
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
    """With fewer customers than bins some bins are empty, and the mean of nothing is NaN."""
    table, ece = reference.calibration_table(y, p, bins)
    missing = bins - len(table)
    nothing = pd.DataFrame(
        {"n": [0] * missing, "predicted": [np.nan] * missing, "observed": [np.nan] * missing}
    )
    return (
        (pd.concat([table, nothing], ignore_index=True), float("nan"))
        if missing > 0
        else (
            table,
            ece,
        )
    )


# ---- choose_offers --------------------------------------------------------------------------


def _chosen(rank, eligible, n):
    best = np.argsort(-rank, kind="stable")
    return best[eligible[best]][:n].tolist()


def likelier_than_not(p, margin, cost, budget):
    """You sent to those above 0.5. The threshold is cost / margin, which is mostly far lower."""
    p = np.asarray(p, dtype=float)
    value = p * np.asarray(margin, dtype=float) - cost
    return _chosen(value, p > 0.5, int(budget // cost))


def likeliest_first(p, margin, cost, budget):
    """You ranked by probability. A likely customer who brings little is worth less than an
    unlikely one who brings much.
    """
    p = np.asarray(p, dtype=float)
    value = p * np.asarray(margin, dtype=float) - cost
    return _chosen(p, value > 0, int(budget // cost))


def losses_sent(p, margin, cost, budget):
    """You spent the whole budget, also on offers that lose money."""
    value = np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost
    return _chosen(value, np.full(len(value), True), int(budget // cost))


def budget_ignored(p, margin, cost, budget):
    """You sent more than the budget pays for."""
    return reference.choose_offers(p, margin, cost, cost * (len(p) + 1))


def budget_counts_people(p, margin, cost, budget):
    """The budget is in USD, not in people: an offer costs ``cost``."""
    return reference.choose_offers(p, margin, cost, cost * int(budget))


def cost_paid_on_redemption(p, margin, cost, budget):
    """An offer costs the same whether it is redeemed or not: ``p * margin - cost``, not
    ``p * (margin - cost)``, which is above 0 for everybody whose margin exceeds the cost.
    """
    value = np.asarray(p, dtype=float) * (np.asarray(margin, dtype=float) - cost)
    return _chosen(value, value > 0, int(budget // cost))


def worth_nothing_sent(p, margin, cost, budget):
    """An offer whose expected value is exactly 0 is not worth its risk: only above 0."""
    value = np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost
    return _chosen(value, value >= 0, int(budget // cost))


# ---- propensity_scores ----------------------------------------------------------------------


def share_redeemed_before(train, y, test):
    """The share of earlier campaigns in which a household redeemed. It ranks well, but who has no
    past gets 0, and who redeemed one of one gets 1: no probability to send by.
    """
    return (
        (test["campaigns_redeemed"] / test["campaigns_sent"].clip(lower=1)).clip(upper=1).to_numpy()
    )


def base_rate_for_all(train, y, test):
    """The same probability for all is calibrated and of no use: nobody comes before anybody."""
    return np.full(len(test), np.mean(y))


def yes_or_no(train, y, test):
    """You returned labels, 0 and 1. They cannot be ranked, and a promise of 1 is rarely kept."""
    scaled = (train - train.mean()) / train.std().clip(lower=1e-9)
    model = LogisticRegression(max_iter=1000).fit(scaled, y)
    return model.predict((test - train.mean()) / train.std().clip(lower=1e-9)).astype(float)


def odds_for_probabilities(train, y, test):
    """Some of your values are not numbers from 0 to 1. Log odds rank customers as well as
    probabilities do: put them through the logistic function.
    """
    p = np.clip(reference.propensity_scores(train, y, test), 1e-9, 1 - 1e-9)
    return np.log(p / (1 - p))


def everybody_balanced(train, y, test):
    """With ``class_weight="balanced"`` the ranking is as good, and the probabilities are several
    times too high: they belong to a shop where half redeem.
    """
    center, spread = np.log1p(train).mean(), np.log1p(train).std().clip(lower=1e-9)
    model = LogisticRegression(C=0.1, max_iter=1000, class_weight="balanced")
    model.fit((np.log1p(train) - center) / spread, y)
    return model.predict_proba((np.log1p(test) - center) / spread)[:, 1]


def tree_without_limit(train, y, test):
    """A tree without a limit learns every row by heart: it says 0 or 1, and is often wrong."""
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(random_state=0).fit(train, y).predict_proba(test)[:, 1]
