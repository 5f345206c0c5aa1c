"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from solutions.risk_control import reference

# ---- break_review_list ----------------------------------------------------------------------

# Each differs from the correct list by one decision, so that each is one mistake.


def _review_list(defect, p, amount, cost, n):
    p, amount = np.asarray(p, dtype=float), np.asarray(amount, dtype=float)
    if defect == "probability_rounded":
        p = (p >= 0.5).astype(float)
    if defect == "wrong_column":
        p = 1 - p
    # Rounded, so that a product of decimals is as large as it looks.
    loss = (p * amount).round(9)
    worth = loss >= cost
    if defect == "half_is_the_threshold":
        worth = p >= 0.5
    if defect == "cost_forgotten":
        worth = np.ones(len(p), dtype=bool)
    rank = {"amount_forgotten": p, "dear_orders_first": amount}.get(defect, loss)
    return [int(row) for row in np.argsort(-rank, kind="stable") if worth[row]][:n]


def correct(p, amount, cost, n):
    """The review list without a defect, by the same steps as the flawed ones."""
    return _review_list(None, p, amount, cost, n)


def half_is_the_threshold(p, amount, cost, n):
    """Half was the threshold, though a fraud of 500 USD at 10 % is worth ten reviews."""
    return _review_list("half_is_the_threshold", p, amount, cost, n)


def probability_rounded(p, amount, cost, n):
    """The classes 0 and 1 were used, and all that they do not say."""
    return _review_list("probability_rounded", p, amount, cost, n)


def amount_forgotten(p, amount, cost, n):
    """The list was in the order of probability, whatever is at stake."""
    return _review_list("amount_forgotten", p, amount, cost, n)


def dear_orders_first(p, amount, cost, n):
    """The list was in the order of amount, however honest the customer."""
    return _review_list("dear_orders_first", p, amount, cost, n)


def cost_forgotten(p, amount, cost, n):
    """The list was filled with orders that cost more to review than they can lose."""
    return _review_list("cost_forgotten", p, amount, cost, n)


def wrong_column(p, amount, cost, n):
    """The other column of ``predict_proba`` was taken."""
    return _review_list("wrong_column", p, amount, cost, n)


FLAWED = {
    function.__name__: function
    for function in (
        half_is_the_threshold,
        probability_rounded,
        amount_forgotten,
        dear_orders_first,
        cost_forgotten,
        wrong_column,
    )
}


def same_orders_for_all(defect):
    """One input for every defect, on which only some of them matter. Where every amount is the
    same, nobody can see that amounts were forgotten.
    """
    return [0.9, 0.3, 0.2], [50.0, 50.0, 50.0], 20.0, 3


def all_certain(defect):
    """Every probability is 0 or 1, so rounding cannot hurt, and half is as good a threshold
    as any.
    """
    return [1.0, 0.0, 1.0], [80.0, 90.0, 70.0], 5.0, 2


def percent_for_probability(defect):
    """A probability is from 0 to 1: 30 % is 0.3."""
    return [30.0, 60.0], [100.0, 50.0], 5.0, 1


def a_whole_day(defect):
    """At most 8 orders: an example that nobody can check by hand convinces nobody."""
    rng = np.random.default_rng(0)
    return rng.random(30).tolist(), (rng.random(30) * 100 + 1).tolist(), 5.0, 5


def orders_alone(defect):
    """Return all four arguments: probabilities, amounts, the cost, and ``n``."""
    return [0.1, 0.9], [500.0, 20.0]


# ---- average_precision ----------------------------------------------------------------------


def roc_area(y, s):
    """You computed the area under the ROC curve: the chance that a fraud scores above an honest
    order. It hardly sees the top of the list, and that is all that reviewers see.
    """
    y = np.asarray(y).astype(int)
    return float(roc_auc_score(y, s)) if 0 < y.sum() < len(y) else float("nan")


def ties_by_position(y, s):
    """Orders with the same score were taken one by one, in the order in which they came. Shuffle
    the rows, and the number changes.
    """
    y, s = np.asarray(y, dtype=float), np.asarray(s, dtype=float)
    if not y.sum():
        return float("nan")
    y = y[np.argsort(-s, kind="stable")]
    return float((y * y.cumsum() / np.arange(1, len(y) + 1)).sum() / y.sum())


def _curve(y, s):
    y, s = np.asarray(y, dtype=float), np.asarray(s, dtype=float)
    cuts = np.unique(s)[::-1]
    flagged = np.array([(s >= cut).sum() for cut in cuts], dtype=float)
    caught = np.array([y[s >= cut].sum() for cut in cuts])
    return caught / flagged, caught / y.sum()


def joined_by_lines(y, s):
    """The points were joined by lines, the trapezoid rule. No threshold lies between two points,
    and the lines promise precision that nobody gets.
    """
    if not np.sum(y):
        return float("nan")
    precision, recall = _curve(y, s)
    precision, recall = np.append(precision[0], precision), np.append(0.0, recall)
    return float((np.diff(recall) * (precision[1:] + precision[:-1]) / 2).sum())


def best_precision_to_come(y, s):
    """Each precision was replaced by the best one at a higher recall, as image retrieval does. The
    contract takes the precision that is there.
    """
    if not np.sum(y):
        return float("nan")
    precision, recall = _curve(y, s)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(recall, prepend=0) * envelope).sum())


def lowest_first(y, s):
    """The list began with the lowest score. Higher is riskier."""
    return reference.average_precision(y, -np.asarray(s, dtype=float))


def mean_over_all_places(y, s):
    """Precision was averaged over all places. Only places that add a fraud count, each by the
    recall that it adds.
    """
    if not np.sum(y):
        return float("nan")
    return float(_curve(y, s)[0].mean())


def zero_without_fraud(y, s):
    """Without any fraud you returned 0. There is nothing to find, so there is no such number."""
    value = reference.average_precision(y, s)
    return 0.0 if np.isnan(value) else value


# ---- review_decision ------------------------------------------------------------------------


def half_or_more(p, amount, cost, recovery=1.0):
    """The threshold is 0.5, whatever a mistake costs. At 1 % fraud hardly anything is
    ever reviewed.
    """
    return np.asarray(p) >= 0.5


def one_threshold_for_all(p, amount, cost, recovery=1.0):
    """One threshold for all orders, from the mean amount. A dear order is worth a review sooner."""
    return np.asarray(p) * np.mean(amount) * recovery >= cost


def honest_ones_reviewed(p, amount, cost, recovery=1.0):
    """The comparison is the wrong way round: you review what is not worth it."""
    return np.asarray(p) * np.asarray(amount) * recovery <= cost


def breaking_even_skipped(p, amount, cost, recovery=1.0):
    """A review that breaks even is made: at least, not more than."""
    return np.asarray(p) * np.asarray(amount) * recovery > cost


def all_recovered(p, amount, cost, recovery=1.0):
    """``recovery`` was ignored: a review that saves half of the money is worth half."""
    return np.asarray(p) * np.asarray(amount) >= cost


def recovery_of_the_cost(p, amount, cost, recovery=1.0):
    """``recovery`` was applied to the cost. The reviewer is paid in full, whatever she saves."""
    return np.asarray(p) * np.asarray(amount) >= cost * recovery


def free_if_fraud(p, amount, cost, recovery=1.0):
    """The cost was charged for honest orders only. A review costs as much when it
    finds something.
    """
    p = np.asarray(p, dtype=float)
    return p * np.asarray(amount) * recovery >= (1 - p) * cost


# ---- matured_time_split ---------------------------------------------------------------------


def _rows(train, test):
    return np.flatnonzero(train), np.flatnonzero(test)


def delay_ignored(t, cutoff, delay):
    """You train on all orders before the cutoff. The last of them look honest only because nobody
    has reported them yet.
    """
    t = np.asarray(t)
    return _rows(t < cutoff, t >= cutoff)


def delay_on_the_test(t, cutoff, delay):
    """The gap was put after the cutoff. What is missing on that day are the labels of the orders
    before it; the test waits for its labels.
    """
    t = np.asarray(t)
    return _rows(t < cutoff, t >= cutoff + delay)


def gap_on_both_sides(t, cutoff, delay):
    """Orders right after the cutoff were left out too. They are the first that the model
    will see.
    """
    t = np.asarray(t)
    return _rows((t + delay <= cutoff) & (t < cutoff), t >= cutoff + delay)


def gap_tested(t, cutoff, delay):
    """The orders whose labels have not matured became test orders. The model is trained at the
    cutoff; what came before it is not the future.
    """
    t = np.asarray(t)
    train = (t + delay <= cutoff) & (t < cutoff)
    return _rows(train, ~train)


def one_day_too_late(t, cutoff, delay):
    """An order whose label becomes final on the day of the cutoff was left out of training."""
    t = np.asarray(t)
    return _rows(t + delay < cutoff, t >= cutoff)


def first_day_untested(t, cutoff, delay):
    """An order on the day of the cutoff itself is to be judged: from the cutoff on."""
    t = np.asarray(t)
    return _rows((t + delay <= cutoff) & (t < cutoff), t > cutoff)


def both_at_no_delay(t, cutoff, delay):
    """With a delay of 0, an order of the day of the cutoff was both learned from and judged."""
    t = np.asarray(t)
    return _rows(t + delay <= cutoff, t >= cutoff)


def places_after_sorting(t, cutoff, delay):
    """The row numbers are those of the sorted orders. The caller's table is not sorted."""
    return reference.matured_time_split(np.sort(t), cutoff, delay)


def days_for_rows(t, cutoff, delay):
    """You returned the days. Asked for were row numbers."""
    return tuple(np.sort(np.asarray(t)[r]) for r in reference.matured_time_split(t, cutoff, delay))


PLANTED_SPLITS = {
    function.__name__: function
    for function in (
        delay_ignored,
        delay_on_the_test,
        gap_on_both_sides,
        gap_tested,
        one_day_too_late,
        first_day_untested,
        both_at_no_delay,
        places_after_sorting,
    )
}


# ---- kill_matured_split ---------------------------------------------------------------------


def accepts_any_split(fn):
    """Your test accepts every implementation: it never looks at what is returned."""
    fn(np.array([1, 2, 3]), 3, 1)
    return True


def rejects_any_split(fn):
    """Your test rejects every implementation, right ones too: what does it expect that the contract
    does not promise?
    """
    return False


def _agree(fn, t, cutoff, delay):
    got = fn(np.array(t), cutoff, delay)
    right = reference.matured_time_split(np.array(t), cutoff, delay)
    return all(np.array_equal(a, b) for a, b in zip(got, right, strict=True))


def no_overlap_only(fn):
    """Your test asks only whether a row is in both parts. A split may have none, and train on
    labels that are not there yet.
    """
    train, test = fn(np.array([1, 5, 10, 12]), 10, 0)
    return not set(np.asarray(train).tolist()) & set(np.asarray(test).tolist())


def sorted_orders_only(fn):
    """All your orders are sorted, and none of them lies on a boundary."""
    return _agree(fn, [1, 20, 55, 110, 180], 100, 60)


def training_only(fn):
    """Your test looks at the training rows alone. What may be wrong with the others?"""
    t = np.array([130, 40, 99, 41, 100, 0])
    train = fn(t, 100, 60)[0]
    return np.array_equal(train, reference.matured_time_split(t, 100, 60)[0])


def lists_rejected(fn):
    """Your test rejects a right answer because it returns lists."""
    train, _ = fn(np.array([130, 40, 99, 100]), 100, 60)
    return isinstance(train, np.ndarray) and _agree(fn, [130, 40, 99, 41, 100], 100, 60)


# ---- velocity_count -------------------------------------------------------------------------


def _count(df, hours, counted):
    """``counted(since, hours)`` says which orders of the entity count, by their age in hours."""
    time, entity = df["time"].to_numpy(), df["entity"].to_numpy()
    since = (time[:, None] - time[None, :]) / np.timedelta64(1, "h")
    same = entity[:, None] == entity[None, :]
    return pd.Series((same & counted(since, hours)).sum(axis=1), index=df.index, dtype=int)


def all_entities(df, hours):
    """You counted the orders of everybody. Asked for are those of the same entity."""
    return reference.velocity_count(df.assign(entity=0), hours)


def itself_counted(df, hours):
    """The order counted itself. It is not prior to itself, and nor is one at the same moment."""
    return _count(df, hours, lambda since, h: (since >= 0) & (since <= h))


def open_at_the_far_end(df, hours):
    """An order exactly ``hours`` ago was left out. The window is closed there."""
    return _count(df, hours, lambda since, h: (since > 0) & (since < h))


def both_directions(df, hours):
    """The window reaches into the future: orders that come later were counted. On the day they are
    not there yet.
    """
    return _count(df, hours, lambda since, h: (abs(since) <= h) & (since != 0))


def window_without_end(df, hours):
    """You counted all earlier orders, however long ago."""
    return _count(df, hours, lambda since, h: since > 0)


def same_moment_counted(df, hours):
    """Of two orders at the very same moment one was counted as prior to the other."""
    above = np.tri(len(df), k=-1, dtype=bool)
    return _count(df, hours, lambda since, h: (since > 0) & (since <= h) | ((since == 0) & above))


def rows_taken_as_sorted(df, hours):
    """You looked only at rows further up, as if the table were sorted by time."""
    above = np.tri(len(df), k=-1, dtype=bool)
    return _count(df, hours, lambda since, h: above & (since > 0) & (since <= h))


def index_replaced(df, hours):
    """The counts come without the index of ``df``. Assigned to a column, they land in
    other rows.
    """
    return reference.velocity_count(df, hours).reset_index(drop=True)


def sorted_order_returned(df, hours):
    """The counts come in the order of time. Asked for is the order of the rows."""
    return reference.velocity_count(df.sort_values("time", kind="stable"), hours)


# ---- robust_z -------------------------------------------------------------------------------


def _known(ref):
    ref = np.asarray(ref, dtype=float)
    return ref[~np.isnan(ref)]


def mean_and_deviation(x, ref):
    """Mean and standard deviation are moved by the very values that you are looking for."""
    ref = _known(ref)
    return (np.asarray(x, dtype=float) - ref.mean()) / (ref.std() or 1.0)


def judged_by_itself(x, ref):
    """Median and MAD come from ``x``. If everybody is a thief, then theft is usual."""
    return reference.robust_z(x, x)


def mad_as_it_is(x, ref):
    """The MAD was not multiplied by 1.4826, so every z is half as large again as it should be."""
    ref = _known(ref)
    centre = np.median(ref)
    mad = np.median(np.abs(ref - centre))
    return (np.asarray(x, dtype=float) - centre) / (mad or ref.std() or 1.0)


def sign_lost(x, ref):
    """The sign is lost: an order far too small and one far too large are two suspicions."""
    return np.abs(reference.robust_z(x, ref))


def divides_by_zero(x, ref):
    """Where more than half of ``ref`` are equal, the MAD is 0, and you divided by it."""
    ref = _known(ref)
    centre = np.median(ref)
    with np.errstate(all="ignore"):
        return (np.asarray(x, dtype=float) - centre) / (1.4826 * np.median(np.abs(ref - centre)))


def nan_spoils_the_median(x, ref):
    """One NaN in ``ref`` made everything NaN."""
    ref = np.asarray(ref, dtype=float)
    if np.isnan(ref).any():
        return np.full(len(x), np.nan)
    return reference.robust_z(x, ref)


def deviations_from_the_mean(x, ref):
    """The MAD was taken around the mean. It is taken around the median."""
    ref = _known(ref)
    spread = 1.4826 * np.median(np.abs(ref - ref.mean()))
    return (np.asarray(x, dtype=float) - np.median(ref)) / (spread or ref.std() or 1.0)


def mean_absolute_deviation(x, ref):
    """The *mean* absolute deviation was used. One order of a million moves it."""
    ref = _known(ref)
    spread = 1.4826 * np.abs(ref - np.median(ref)).mean()
    return (np.asarray(x, dtype=float) - np.median(ref)) / (spread or ref.std() or 1.0)


# ---- review_queue ---------------------------------------------------------------------------


def raw_scores_added(sup, ano, budget, mix):
    """The scores were added. They have different scales, so one list decides alone."""
    total = (1 - mix) * np.nan_to_num(sup) + mix * np.nan_to_num(ano)
    return [int(row) for row in np.argsort(-total, kind="stable")[:budget]]


def same_order_twice(sup, ano, budget, mix):
    """An order that both lists want stands in the queue twice, and is reviewed twice."""
    n_ano = int(budget * mix)
    return reference._ranked(sup)[: budget - n_ano] + reference._ranked(ano)[:n_ano]


def places_left_empty(sup, ano, budget, mix):
    """What both lists want was put down once, and the place that became free stayed empty."""
    return list(dict.fromkeys(same_order_twice(sup, ano, budget, mix)))


def anomalies_first(sup, ano, budget, mix):
    """The anomaly detector chose first. Then it takes what the model knows to be fraud, and pays
    for it with its own places.
    """
    n_sup = budget - int(budget * mix)
    queue = reference._ranked(ano)[: budget - n_sup]
    queue += [row for row in reference._ranked(sup) if row not in queue][:n_sup]
    for ranked in (reference._ranked(sup), reference._ranked(ano)):
        queue += [row for row in ranked if row not in queue][: budget - len(queue)]
    return queue


def mix_of_the_model(sup, ano, budget, mix):
    """``mix`` is the share of the anomaly detector; you gave it to the model."""
    return reference.review_queue(sup, ano, budget, 1 - mix)


def share_rounded_up(sup, ano, budget, mix):
    """The places of the detector were rounded up. The contract rounds them down."""
    n_ano = int(np.ceil(budget * mix))
    return reference.review_queue(sup, ano, budget, n_ano / budget if budget else mix)


def unscored_first(sup, ano, budget, mix):
    """NaN came first: in a reversed ascending sort it does. Orders without a score are
    no frauds.
    """
    ranked = [
        np.argsort(np.where(np.isnan(s), -np.inf, -np.asarray(s)), kind="stable").tolist()
        for s in (sup, ano)
    ]
    n_ano = int(budget * mix)
    queue = ranked[0][: budget - n_ano]
    return queue + [row for row in ranked[1] if row not in queue][:n_ano]


def not_filled_up(sup, ano, budget, mix):
    """Where one list ran out of scores, its places stayed empty, though the other had more."""
    n_ano = int(budget * mix)
    queue = reference._ranked(sup)[: budget - n_ano]
    return queue + [row for row in reference._ranked(ano) if row not in queue][:n_ano]


# ---- risk_tier ------------------------------------------------------------------------------


def _tier(p, cuts, side="right"):
    names = np.array(["low", "medium", "high"], dtype=object)
    return names[np.searchsorted(cuts, np.asarray(p, dtype=float), side=side)]


def _no_probability(p):
    p = np.asarray(p, dtype=float)
    return ~((p >= 0) & (p <= 1))


def two_classes(p, cuts=(0.02, 0.2)):
    """Two classes, as from ``predict``, cut at a half. The question was for tiers."""
    p = np.asarray(p, dtype=float)
    return np.where(_no_probability(p), "unknown", np.where(p >= 0.5, "high", "low")).astype(object)


def closed_on_the_right(p, cuts=(0.02, 0.2)):
    """A probability exactly at a cut fell into the lower tier. A tier begins at its cut."""
    return np.where(_no_probability(p), "unknown", _tier(p, cuts, "left")).astype(object)


def thirds_of_the_day(p, cuts=(0.02, 0.2)):
    """The tiers are thirds of the orders at hand. On a day without fraud a third would be high."""
    p = np.asarray(p, dtype=float)
    bad = _no_probability(p)
    if bad.all():
        return np.full(len(p), "unknown", dtype=object)
    return np.where(bad, "unknown", _tier(p, np.quantile(p[~bad], [1 / 3, 2 / 3]))).astype(object)


def unscored_waved_through(p, cuts=(0.02, 0.2)):
    """NaN became low: whoever breaks the scoring is waved through."""
    p = np.asarray(p, dtype=float)
    nan = np.where(np.isnan(p), "low", "unknown")
    return np.where(_no_probability(p), nan, _tier(p, cuts)).astype(object)


def unscored_is_high(p, cuts=(0.02, 0.2)):
    """NaN became high, because it sorts last. Not known is not the same as dangerous."""
    p = np.asarray(p, dtype=float)
    nan = np.where(np.isnan(p), "high", "unknown")
    return np.where(_no_probability(p), nan, _tier(p, cuts)).astype(object)


def cuts_not_used(p, cuts=(0.02, 0.2)):
    """The cuts were written into the function; the argument is ignored."""
    return reference.risk_tier(p)


def any_number_accepted(p, cuts=(0.02, 0.2)):
    """1.7 became high and -3 low. What is no probability comes from a fault, and is unknown."""
    p = np.asarray(p, dtype=float)
    return np.where(np.isnan(p), "unknown", _tier(p, cuts)).astype(object)


def numbers_for_names(p, cuts=(0.02, 0.2)):
    """You returned numbers. The tiers are called low, medium, high and unknown."""
    return np.where(_no_probability(p), -1, np.digitize(p, cuts))


# ---- risk_scores ----------------------------------------------------------------------------


def by_amount(train, y, test):
    """Orders in the order of their amount: the baseline. Most dear orders are honest."""
    return (test["amount"] / test["amount"].max()).to_numpy()


def _logistic(train, y, test, **options):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, **options))
    return model.fit(train, y).predict_proba(test)[:, 1]


def plain_logistic(train, y, test):
    """A plain logistic regression: every feature pushes one way. Fraud is small *and* fast, or
    large *and* elsewhere; who can see two features at a time?
    """
    return _logistic(train, y, test)


def balanced_weights(train, y, test):
    """Balanced class weights: no better in rank, and the numbers are no probabilities any more, so
    ``p * amount`` puts dear honest orders first.
    """
    return _logistic(train, y, test, class_weight="balanced")


def classes_for_probabilities(train, y, test):
    """You returned the classes of ``predict``. At 3 % fraud few orders ever reach a half, and all
    others are alike.
    """
    model = RandomForestClassifier(n_estimators=40, min_samples_leaf=3, random_state=0)
    return model.fit(train, y).predict(test).astype(float)


def one_deep_tree(train, y, test):
    """One tree, grown until it knew every order by heart: its probabilities are 0 and 1."""
    return DecisionTreeClassifier(random_state=0).fit(train, y).predict_proba(test)[:, 1]


def anomalies_alone(train, y, test):
    """An isolation forest, which never looked at a label. Unusual is not fraudulent."""
    model = IsolationForest(n_estimators=50, random_state=0).fit(train)
    return -model.score_samples(test)


def honest_column(train, y, test):
    """The first column of ``predict_proba``: the probability that an order is honest."""
    return 1 - _logistic(train, y, test)
