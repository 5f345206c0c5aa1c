"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from sklearn.ensemble import IsolationForest, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score
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
    rank = {"amount_forgotten": p, "largest_amount_first": amount}.get(defect, loss)
    return [int(row) for row in np.argsort(-rank, kind="stable") if worth[row]][:n]


def correct(p, amount, cost, n):
    """The review list without a defect, by the same steps as the flawed ones."""
    return _review_list(None, p, amount, cost, n)


def half_is_the_threshold(p, amount, cost, n):
    """The threshold was one half. But 10 % of 500 USD are 50 USD: ten times a review of 5 USD."""
    return _review_list("half_is_the_threshold", p, amount, cost, n)


def probability_rounded(p, amount, cost, n):
    """The classes 0 and 1 were used, so 0.51 and 0.99 were the same."""
    return _review_list("probability_rounded", p, amount, cost, n)


def amount_forgotten(p, amount, cost, n):
    """The list was sorted by probability, without the amount."""
    return _review_list("amount_forgotten", p, amount, cost, n)


def largest_amount_first(p, amount, cost, n):
    """The list was sorted by amount, without the probability."""
    return _review_list("largest_amount_first", p, amount, cost, n)


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
        largest_amount_first,
        cost_forgotten,
        wrong_column,
    )
}


def same_orders_for_all(defect):
    """The input shows some of the defects and not others. Build an input for each defect: the one
    thing that the defect forgets must change the list.
    """
    return [0.9, 0.3, 0.2], [50.0, 50.0, 50.0], 20.0, 3


def all_certain(defect):
    """On this input rounding changes nothing, and no order lies between the two thresholds. Use
    probabilities between 0 and 1.
    """
    return [1.0, 0.0, 1.0], [80.0, 90.0, 70.0], 5.0, 2


def percent_for_probability(defect):
    """A probability is a number from 0 to 1, and the probabilities come first: ``p, amount, cost,
    n``.
    """
    return [30.0, 60.0], [100.0, 50.0], 5.0, 1


def a_whole_day(defect):
    """Use at most 8 orders, so that a reader can check the example by hand."""
    rng = np.random.default_rng(0)
    return rng.random(30).tolist(), (rng.random(30) * 100 + 1).tolist(), 5.0, 5


def orders_alone(defect):
    """Return all four arguments: probabilities, amounts, the cost, and ``n``."""
    return [0.1, 0.9], [500.0, 20.0]


# ---- average_precision ----------------------------------------------------------------------


def roc_area(y, s):
    """That is the area under the ROC curve: the chance that a random fraud scores above a random
    honest order. It says little about the top of the list, which is all that reviewers see.
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


def close_scores_taken_for_equal(y, s):
    """Scores that differ by very little count as equal in your answer. Only orders with exactly the
    same score are flagged together.
    """
    return reference.average_precision(y, np.round(np.asarray(s, dtype=float), 6))


def joined_by_lines(y, s):
    """The points were joined by lines (the trapezoid rule). No threshold lies between two points:
    nobody reaches the precision on the line.
    """
    if not np.sum(y):
        return float("nan")
    precision, recall = _curve(y, s)
    precision, recall = np.append(precision[0], precision), np.append(0.0, recall)
    return float((np.diff(recall) * (precision[1:] + precision[:-1]) / 2).sum())


def joined_by_lines__from_scikit_learn(y, s):
    if not np.sum(y):
        return float("nan")
    precision, recall, _ = precision_recall_curve(np.asarray(y).astype(int), s)
    return float(auc(recall, precision))


def joined_by_lines__from_zero(y, s):
    if not np.sum(y):
        return float("nan")
    precision, recall = _curve(y, s)
    return float((np.diff(recall) * (precision[1:] + precision[:-1]) / 2).sum())


def first_of_equals(y, s):
    """Precision was read at the first of the orders that score the same. All of them are flagged
    together, so precision and recall are those after the last one.
    """
    y, s = np.asarray(y, dtype=float), np.asarray(s)
    if not y.sum():
        return float("nan")
    order = np.argsort(-s, kind="stable")
    first = np.flatnonzero(np.append(True, np.diff(s[order]) != 0))
    caught = y[order].cumsum()[first]
    return float((np.diff(caught, prepend=0) * caught / (first + 1)).sum() / y.sum())


def first_step_missing(y, s):
    """The frauds with the highest score do not count. Recall begins at 0, so the first threshold
    adds recall too.
    """
    if not np.sum(y):
        return float("nan")
    precision, recall = _curve(y, s)
    return float((np.diff(recall) * precision[1:]).sum())


def _sorted_by_label(y, s, sign):
    y, s = np.asarray(y, dtype=float), np.asarray(s, dtype=float)
    return ties_by_position(*(v[np.lexsort((sign * y, -s))] for v in (y, s)))


def equals_sorted_by_label(y, s):
    """Of orders with the same score, the frauds and the honest ones were put into an order. The
    score does not tell them apart: they are flagged together.
    """
    return _sorted_by_label(y, s, -1)


def equals_sorted_by_label__honest_first(y, s):
    return _sorted_by_label(y, s, 1)


def strictly_above(y, s):
    """Only orders above each threshold were flagged. An order that scores exactly as much is
    flagged too.
    """
    y, s = np.asarray(y, dtype=float), np.asarray(s, dtype=float)
    if not y.sum():
        return float("nan")
    total = before = 0.0
    for cut in np.unique(s)[::-1]:
        flagged = y[s > cut]
        if len(flagged):
            recall = flagged.sum() / y.sum()
            total, before = total + (recall - before) * flagged.mean(), recall
    return float(total)


def _at_thresholds(y, s, cuts):
    y, s = np.asarray(y, dtype=float), np.asarray(s, dtype=float)
    if not y.sum():
        return float("nan")
    total = before = 0.0
    for cut in cuts:
        flagged = y[s >= cut]
        if len(flagged):
            recall = flagged.sum() / y.sum()
            total, before = total + (recall - before) * flagged.mean(), recall
    return float(total)


def fixed_thresholds(y, s):
    """The thresholds were a fixed grid from 0 to 1. Scores have any scale: each distinct score is a
    threshold.
    """
    return _at_thresholds(y, s, np.linspace(1, 0, 101))


def fixed_thresholds__tenths(y, s):
    return _at_thresholds(y, s, np.linspace(1, 0, 11))


def fixed_thresholds__thousandths(y, s):
    return _at_thresholds(y, s, np.linspace(1, 0, 1001))


def best_precision_to_come(y, s):
    """Each precision was replaced by the best one at a higher recall (interpolated precision, as in
    TREC and object detection). The contract uses the precision at that place itself.
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


def zero_without_fraud__from_scikit_learn(y, s):
    return float(average_precision_score(np.asarray(y).astype(int), s)) if len(y) else float("nan")


# ---- cheapest_action ------------------------------------------------------------------------


def _cheapest(p, passing, reviewing, blocking, failed=1):
    p = np.asarray(p, dtype=float)
    passing, reviewing, blocking = (c + 0 * p for c in (passing, reviewing, blocking))
    costs = np.column_stack([passing, reviewing, blocking]).round(9)
    good = (p >= 0) & (p <= 1)
    return np.where(good, np.where(good[:, None], costs, 0).argmin(axis=1), failed)


def _parts(p, amount):
    return np.asarray(p, dtype=float), np.asarray(amount, dtype=float)


def whole_amount_lost(p, amount, review, friction, margin, fee=0.0):
    """A fraud was charged with the whole amount. The shop loses what the goods cost: the amount
    without the margin.
    """
    p, a = _parts(p, amount)
    return _cheapest(p, p * (a + fee), review, (1 - p) * (margin * a + friction))


def fee_forgotten(p, amount, review, friction, margin, fee=0.0):
    """The chargeback fee is missing. The shop pays it for each fraud that passes."""
    return reference.cheapest_action(p, amount, review=review, friction=friction, margin=margin)


def goods_cost_the_margin(p, amount, review, friction, margin, fee=0.0):
    """A fraud that passes was charged with the margin. The margin is what the shop earns; the goods
    cost the rest of the amount.
    """
    p, a = _parts(p, amount)
    return _cheapest(p, p * (margin * a + fee), review, (1 - p) * (margin * a + friction))


def fee_for_all(p, amount, review, friction, margin, fee=0.0):
    """The chargeback fee was charged for each order that passes. Only a fraud costs the fee."""
    p, a = _parts(p, amount)
    return _cheapest(p, p * (1 - margin) * a + fee, review, (1 - p) * (margin * a + friction))


def friction_for_all(p, amount, review, friction, margin, fee=0.0):
    """Friction was charged for each order that is blocked. Only an honest customer is offended."""
    p, a = _parts(p, amount)
    return _cheapest(p, p * ((1 - margin) * a + fee), review, (1 - p) * margin * a + friction)


def blocking_is_free(p, amount, review, friction, margin, fee=0.0):
    """Blocking was free, so hardly any order is reviewed or passed. An honest customer who
    is blocked costs the margin and the friction.
    """
    p, a = _parts(p, amount)
    return _cheapest(p, p * ((1 - margin) * a + fee), review, 0 * p)


def blocking_costs_always(p, amount, review, friction, margin, fee=0.0):
    """Blocking a fraud was charged too. Only an honest customer who is blocked costs margin and
    friction.
    """
    p, a = _parts(p, amount)
    return _cheapest(p, p * ((1 - margin) * a + fee), review, margin * a + friction)


def review_paid_for_frauds(p, amount, review, friction, margin, fee=0.0):
    """The review was multiplied by ``p``. It is paid for each order, honest or not."""
    p, a = _parts(p, amount)
    return _cheapest(p, p * ((1 - margin) * a + fee), p * review, (1 - p) * (margin * a + friction))


def fixed_tiers(p, amount, review, friction, margin, fee=0.0):
    """In your answer fixed cuts of ``p`` decide, and the costs change nothing. With another amount
    the same ``p`` asks for another action.
    """
    return _cheapest(p, 1.0 * (np.asarray(p, dtype=float) >= 0.02), 0.5, 2 - 9 * np.asarray(p))


def half_blocks(p, amount, review, friction, margin, fee=0.0):
    """From 0.5 on an order was blocked and below it passed. The costs decide, not a half."""
    p = np.asarray(p, dtype=float)
    return np.where((p >= 0) & (p <= 1), np.where(p >= 0.5, 2, 0), 1)


def ties_to_the_higher(p, amount, review, friction, margin, fee=0.0):
    """Where two actions cost the same, the higher number was chosen. The contract takes the lower
    one, also where floats make equal costs differ by less than 1e-9.
    """
    p, a = _parts(p, amount)
    costs = np.column_stack(
        [
            p * ((1 - margin) * a + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * a + friction),
        ]
    ).round(9)
    good = (p >= 0) & (p <= 1)
    return np.where(good, 2 - np.where(good[:, None], costs, 0)[:, ::-1].argmin(axis=1), 1)


def _exactly(p, costs):
    p = np.asarray(p, dtype=float)
    good = (p >= 0) & (p <= 1)
    return np.where(good, np.where(good, costs, 0).argmin(axis=0), 1)


def floats_compared_exactly(p, amount, review, friction, margin, fee=0.0):
    """Costs were compared digit by digit. Floats make equal costs differ a little, and then the
    higher number was chosen.
    """
    p, a = _parts(p, amount)
    passing, blocking = p * ((1 - margin) * a + fee), (1 - p) * (margin * a + friction)
    return _exactly(p, np.stack([passing, np.full(len(p), float(review)), blocking]))


def floats_compared_exactly__parts(p, amount, review, friction, margin, fee=0.0):
    p, a = _parts(p, amount)
    passing = p * (1 - margin) * a + p * fee
    blocking = (1 - p) * margin * a + (1 - p) * friction
    return _exactly(p, np.stack([passing, np.full(len(p), float(review)), blocking]))


def floats_compared_exactly__goods(p, amount, review, friction, margin, fee=0.0):
    p, a = _parts(p, amount)
    passing, blocking = p * (a - margin * a + fee), (1 - p) * (margin * a + friction)
    return _exactly(p, np.stack([passing, np.full(len(p), float(review)), blocking]))


def _within(p, amount, review, friction, margin, fee, close):
    p, a = _parts(p, amount)
    passing, blocking = p * ((1 - margin) * a + fee), (1 - p) * (margin * a + friction)
    costs = np.stack([passing, np.full(len(p), float(review)), blocking])
    with np.errstate(all="ignore"):
        action = close(costs, costs.min(axis=0)).argmax(axis=0)
    return np.where((p >= 0) & (p <= 1), action, 1)


def near_is_equal(p, amount, review, friction, margin, fee=0.0):
    """Costs that differ by a part of a cent were taken for equal. A tolerance that grows with the
    costs, or rounding to cents, hides real differences.
    """
    return _within(p, amount, review, friction, margin, fee, np.isclose)


def near_is_equal__cents(p, amount, review, friction, margin, fee=0.0):
    return _within(
        p, amount, review, friction, margin, fee, lambda c, least: c.round(2) == least.round(2)
    )


def near_is_equal__a_cent(p, amount, review, friction, margin, fee=0.0):
    return _within(p, amount, review, friction, margin, fee, lambda c, least: c - least < 0.01)


def near_is_equal__a_thousandth(p, amount, review, friction, margin, fee=0.0):
    return _within(p, amount, review, friction, margin, fee, lambda c, least: c - least < 1e-3)


def ends_are_no_probabilities(p, amount, review, friction, margin, fee=0.0):
    """An order whose ``p`` is exactly 0 or 1 was reviewed, as if scoring had failed. Both are
    probabilities.
    """
    right = reference.cheapest_action(
        p, amount, review=review, friction=friction, margin=margin, fee=fee
    )
    p = np.asarray(p, dtype=float)
    return np.where((p == 0) | (p == 1), 1, right)


def failed_scores_pass(p, amount, review, friction, margin, fee=0.0):
    """An order whose ``p`` is NaN passed. Whoever can make the scoring fail would always pass: such
    an order is reviewed.
    """
    p, a = _parts(p, amount)
    right = reference.cheapest_action(
        p, a, review=review, friction=friction, margin=margin, fee=fee
    )
    return np.where(np.isnan(p), 0, right)


def any_number_is_a_probability(p, amount, review, friction, margin, fee=0.0):
    """A number outside 0 to 1 was used as a probability. It comes from a fault: review it."""
    p, a = _parts(p, amount)
    costs = np.column_stack(
        [
            p * ((1 - margin) * a + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * a + friction),
        ]
    ).round(9)
    return np.where(np.isnan(p), 1, np.where(np.isnan(p)[:, None], 0, costs).argmin(axis=1))


def any_number_is_a_probability__by_distance(p, amount, review, friction, margin, fee=0.0):
    p, a = _parts(p, amount)
    passing, blocking = p * ((1 - margin) * a + fee), (1 - p) * (margin * a + friction)
    costs = np.stack([passing, np.full(len(p), float(review)), blocking])
    with np.errstate(all="ignore"):
        action = (costs - costs.min(axis=0) < 1e-9).argmax(axis=0)
    return np.where(np.isnan(p), 1, action)


def any_number_is_a_probability__plain(p, amount, review, friction, margin, fee=0.0):
    p, a = _parts(p, amount)
    passing, blocking = p * ((1 - margin) * a + fee), (1 - p) * (margin * a + friction)
    costs = np.stack([passing, np.full(len(p), float(review)), blocking])
    with np.errstate(all="ignore"):
        action = (costs <= costs.min(axis=0) + 1e-9).argmax(axis=0)
    return np.where(np.isnan(p), 1, action)


def any_number_is_a_probability__clipped(p, amount, review, friction, margin, fee=0.0):
    p, a = _parts(p, amount)
    right = reference.cheapest_action(
        np.clip(p, 0, 1), a, review=review, friction=friction, margin=margin, fee=fee
    )
    return np.where(np.isnan(p), 1, right)


# ---- matured_time_split ---------------------------------------------------------------------


def _rows(train, test):
    return np.flatnonzero(train), np.flatnonzero(test)


def delay_ignored(t, cutoff, delay):
    """All orders before the cutoff were used for training. The most recent ones may be frauds that
    nobody has reported yet.
    """
    t = np.asarray(t)
    return _rows(t < cutoff, t >= cutoff)


def delay_on_the_test(t, cutoff, delay):
    """Your gap lies after the cutoff. On that day the labels of the orders *before* it are missing.
    The test orders can wait for their labels.
    """
    t = np.asarray(t)
    return _rows(t < cutoff, t >= cutoff + delay)


def gap_on_both_sides(t, cutoff, delay):
    """The orders right after the cutoff were left out too. They are the first orders that the model
    will score, so they belong to the test.
    """
    t = np.asarray(t)
    return _rows((t + delay <= cutoff) & (t < cutoff), t >= cutoff + delay)


def gap_tested(t, cutoff, delay):
    """The orders whose labels are not final became test orders. They came before the cutoff, so
    they are not the future of the model.
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
    """Your row numbers are those of the sorted orders. The caller's table is not sorted."""
    return reference.matured_time_split(np.sort(t), cutoff, delay)


def days_for_rows(t, cutoff, delay):
    """You returned days. The contract asks for row numbers."""
    return tuple(np.sort(np.asarray(t)[r]) for r in reference.matured_time_split(t, cutoff, delay))


def days_for_rows__as_they_come(t, cutoff, delay):
    return tuple(np.asarray(t)[r] for r in reference.matured_time_split(t, cutoff, delay))


def masks_for_rows(t, cutoff, delay):
    """You returned a truth value for each order. The contract asks for row numbers."""
    t = np.asarray(t)
    return (t + delay <= cutoff) & (t < cutoff), t >= cutoff


def rows_from_one(t, cutoff, delay):
    """Rows were counted from 1. The first row is row 0."""
    return tuple(rows + 1 for rows in reference.matured_time_split(t, cutoff, delay))


def rows_in_order_of_time(t, cutoff, delay):
    """Your row numbers come in the order of the days. The contract asks for ascending numbers."""
    t = np.asarray(t)
    parts = reference.matured_time_split(t, cutoff, delay)
    return tuple(rows[np.argsort(t[rows], kind="stable")] for rows in parts)


def taken_as_sorted(t, cutoff, delay):
    """The orders were taken as sorted by day. They come in any order."""
    t = np.asarray(t)
    first = int(np.searchsorted(t, cutoff))
    known = min(int(np.searchsorted(t, cutoff - delay, side="right")), first)
    return np.arange(known), np.arange(first, len(t))


def test_labels_final_too(t, cutoff, delay):
    """Test orders whose labels arrive late were left out. All orders from the cutoff on are to be
    judged; their labels may arrive later.
    """
    t = np.asarray(t)
    last = t.max() if len(t) else cutoff
    return _rows((t + delay <= cutoff) & (t < cutoff), (t >= cutoff) & (t + delay <= last))


# The mistakes that a test has to find agree with the right answer on ordinary days.


def whole_days_only(t, cutoff, delay):
    """A part of a day was cut off the delay."""
    return reference.matured_time_split(t, cutoff, int(delay))


def counted_from_the_last_order(t, cutoff, delay):
    """You counted a label as final if it was final by the day of the last order. It must be final
    by the cutoff.
    """
    t = np.asarray(t, dtype=float)
    last = t.max() if len(t) else cutoff
    return _rows((t + delay <= last) & (t < cutoff), t >= cutoff)


def first_of_equal_days(t, cutoff, delay):
    """Of orders of the same day, one row number was returned again and again."""
    days = np.asarray(t).tolist()
    parts = reference.matured_time_split(t, cutoff, delay)
    return tuple(np.sort(np.array([days.index(days[row]) for row in rows])) for rows in parts)


def never_below_zero(t, cutoff, delay):
    """Where the delay is longer than the history, orders of day 0 were learned from."""
    t = np.asarray(t, dtype=float)
    return _rows((t <= max(cutoff - delay, 0)) & (t < cutoff), t >= cutoff)


PLANTED_SPLITS = {
    function.__name__: function
    for function in (
        one_day_too_late,
        first_day_untested,
        both_at_no_delay,
        places_after_sorting,
        whole_days_only,
        counted_from_the_last_order,
        first_of_equal_days,
        never_below_zero,
    )
}


# ---- kill_matured_split ---------------------------------------------------------------------


def accepts_any_split(fn):
    """Your test accepts every implementation. On ordinary days all of them agree: use days on the
    boundaries, equal days, rows that are not sorted, a delay of 0 and one with a fraction.
    """
    fn(np.array([1, 2, 3]), 3, 1)
    return True


def rejects_any_split(fn):
    """Your test rejects every implementation, the right ones too. It expects something that the
    contract does not promise.
    """
    return False


def _agree(fn, t, cutoff, delay):
    got = fn(np.array(t), cutoff, delay)
    right = reference.matured_time_split(np.array(t), cutoff, delay)
    return all(np.array_equal(a, b) for a, b in zip(got, right, strict=True))


def no_overlap_only(fn):
    """Your test notices only that a row is in both parts. A split can avoid that and still train on
    labels that are not final.
    """
    train, test = fn(np.array([1, 5, 10, 12]), 10, 0)
    return not set(np.asarray(train).tolist()) & set(np.asarray(test).tolist())


def sorted_orders_only(fn):
    """Your test misses what goes wrong with a fraction of a day, and with orders on the boundaries.
    Put some orders exactly there.
    """
    return _agree(fn, [1, 20, 55, 110, 180], 100, 60)


def training_only(fn):
    """Your test accepts mistakes in the test rows, and catches those in the training rows. Check
    both parts.
    """
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
    """The orders of all entities were counted. Count those of the same entity only."""
    return reference.velocity_count(df.assign(entity=0), hours)


def itself_counted(df, hours):
    """The order counted itself, or others at the same time. Neither comes before it."""
    return _count(df, hours, lambda since, h: (since >= 0) & (since <= h))


def open_at_the_far_end(df, hours):
    """An order exactly ``hours`` ago was left out. The window is closed there."""
    return _count(df, hours, lambda since, h: (since > 0) & (since < h))


def both_directions(df, hours):
    """Orders that come later were counted. When the order is scored, they are not known yet."""
    return _count(df, hours, lambda since, h: (abs(since) <= h) & (since != 0))


def window_without_end(df, hours):
    """The counts contain orders from before the window. In the unit of the time stamps, ``hours``
    must be hours: not seconds, not nanoseconds, not left out.
    """
    return _count(df, hours, lambda since, h: since > 0)


def same_moment_counted(df, hours):
    """Of two orders at the very same moment one was counted as prior to the other."""
    above = np.tri(len(df), k=-1, dtype=bool)
    return _count(df, hours, lambda since, h: (since > 0) & (since <= h) | ((since == 0) & above))


def rows_taken_as_sorted(df, hours):
    """Only rows further up were looked at. The table is not sorted by time."""
    above = np.tri(len(df), k=-1, dtype=bool)
    return _count(df, hours, lambda since, h: above & (since > 0) & (since <= h))


def index_replaced(df, hours):
    """The counts do not have the index of ``df``. Assigned to a column, they would go to other
    rows.
    """
    return reference.velocity_count(df, hours).reset_index(drop=True)


def sorted_order_returned(df, hours):
    """The counts come in the order of time. Return them in the order of the rows of ``df``."""
    return reference.velocity_count(df.sort_values("time", kind="stable"), hours)


def sorted_order_returned__by_entity(df, hours):
    return reference.velocity_count(df.sort_values(["entity", "time"], kind="stable"), hours)


def sorted_counts_on_old_index(df, hours):
    """The rows were sorted, and the counts were then given to the rows as they stood before. So
    they belong to other orders.
    """
    ordered = df.sort_values("time", kind="stable")
    return pd.Series(reference.velocity_count(ordered, hours).to_numpy(), index=df.index)


def sorted_counts_on_old_index__by_entity(df, hours):
    ordered = df.sort_values(["entity", "time"], kind="stable")
    return pd.Series(reference.velocity_count(ordered, hours).to_numpy(), index=df.index)


def all_of_the_moment_but_one(df, hours):
    """Orders at the same time were counted, and one was taken off for the order itself. Others at
    the same time do not count either.
    """
    return _count(df, hours, lambda since, h: (since >= 0) & (since <= h)) - 1


def clock_on_the_wall(df, hours):
    """The time zone was dropped and the clock on the wall kept. In the night in which the clocks
    change, an hour is missing on it or is there twice.
    """
    time = df["time"].dt.tz_localize(None)
    return reference.velocity_count(df.assign(time=time), hours)


def whole_hours_only(df, hours):
    """The part of an hour was cut off ``hours``."""
    return _count(df, int(hours), lambda since, h: (since > 0) & (since <= h))


def whole_hours_only__rounded(df, hours):
    return _count(df, round(hours), lambda since, h: (since > 0) & (since <= h))


def days_forgotten(df, hours):
    """Of the time between two orders the whole days were forgotten: ``.seconds`` is the part below
    one day. An order of yesterday seems to be an hour old.
    """
    return _count(df, hours, lambda since, h: (since > 0) & (since % 24 <= h))


def written_by_label(df, hours):
    """Counts were written back by the label of the index. A label may stand for several rows, and
    then they all get the same count.
    """
    counts = reference.velocity_count(df, hours)
    rows = [row for own in df.groupby("entity", observed=True).indices.values() for row in own]
    last = dict(zip(df.index[rows], counts.iloc[rows], strict=True))
    return pd.Series([last[label] for label in df.index], index=df.index, dtype=int)


def itself_counted__closed_both(df, hours):
    return _count(df, hours, lambda since, h: (since >= 0) & (since < h))


# ---- prior_correct --------------------------------------------------------------------------


def _p(p):
    return np.asarray(p, dtype=float)


def probability_times_share(p, kept):
    """The probability was multiplied by ``kept``. Then a sure fraud is no longer sure: the honest
    orders change in number, so their share of the total has to be computed anew.
    """
    return _p(p) * kept


def corrected_the_wrong_way(p, kept):
    """The probabilities became larger. Honest orders were dropped, so the model met fraud too often
    and its probabilities are too high.
    """
    p = _p(p)
    return p / (p + kept * (1 - p))


def odds_returned(p, kept):
    """Those are odds, which can be larger than 1. Return a probability."""
    with np.errstate(divide="ignore"):
        return kept * _p(p) / (1 - _p(p))


def left_as_it_was(p, kept):
    """The probabilities did not change."""
    return _p(p).copy()


def frauds_thinned_too(p, kept):
    """The frauds were thinned out and the honest orders not multiplied back. All frauds were kept;
    of the honest, each stands for several.
    """
    p = _p(p)
    return kept * p / (kept * p + (1 - p) / kept)


def rescaled_to_the_share(p, kept):
    """The probabilities were divided by their sum or multiplied to a mean of ``kept``. The
    correction of one order does not depend on the others.
    """
    p = _p(p)
    return np.clip(p * kept / p.mean(), 0, 1) if p.any() else p


def dropped_for_kept(p, kept):
    """The share that was dropped was used in place of the share that was kept."""
    p = _p(p)
    return reference.prior_correct(p, 1 - kept) if kept < 1 else p.copy()


def nan_where_certain(p, kept):
    """Where the model is certain the result is NaN: at a probability of 1 the odds are infinite,
    and infinity over infinity is no number.
    """
    with np.errstate(all="ignore"):
        odds = kept * _p(p) / (1 - _p(p))
        return odds / (1 + odds)


def _clipped(p, kept, least):
    return reference.prior_correct(np.clip(_p(p), least, 1 - least), kept)


def clipped_first(p, kept):
    """Probabilities were kept away from 0 and 1 before the correction. So 0 does not stay 0, 1 does
    not stay 1, and small ones change.
    """
    return _clipped(p, kept, 0.001)


def clipped_first__a_hundredth(p, kept):
    return _clipped(p, kept, 0.01)


def clipped_first__a_millionth(p, kept):
    return _clipped(p, kept, 1e-6)


def rounded_as_shown(p, kept):
    """The probabilities were rounded to four decimals. The example rounds to be read; small
    probabilities would be lost.
    """
    return reference.prior_correct(p, kept).round(4)


def rescaled_to_the_share__mean(p, kept):
    p = _p(p)
    right = reference.prior_correct(p, kept)
    return p * right.mean() / p.mean() if p.any() else p


def left_as_it_was__both_counted_back(p, kept):
    p = _p(p)
    return (p / kept) / (p / kept + (1 - p) / kept)


# ---- weighted_rate --------------------------------------------------------------------------


def _labelled(y, prob):
    y, prob = _p(y), _p(prob)
    known = ~np.isnan(y)
    return y[known], prob[known], len(y)


def _ratio(a, b):
    return float(a / b) if b else float("nan")


def mean_of_the_labelled(y, prob):
    """That is the mean of the labels. Among them the suspicious orders are too few, because most of
    them were blocked.
    """
    y, _, _ = _labelled(y, prob)
    return _ratio(y.sum(), len(y))


def blocked_are_honest(y, prob):
    """A blocked order counted as honest. Nobody knows what it was; blocked orders are the ones most
    likely to be fraud.
    """
    y, _, n = _labelled(y, prob)
    return _ratio(y.sum(), n) if len(y) else float("nan")


def times_the_chance(y, prob):
    """Each order was multiplied by its chance to pass. An order that rarely passes stands for many:
    divide by the chance.
    """
    y, prob, _ = _labelled(y, prob)
    return _ratio(prob @ y, prob.sum())


def divided_by_all(y, prob):
    """The weighted frauds were divided by the number of all orders. That is unbiased too (Horvitz
    and Thompson), but it is not this contract, and it can exceed 1.
    """
    y, prob, n = _labelled(y, prob)
    return _ratio((y / prob).sum(), n) if len(y) else float("nan")


def random_passes_alone(y, prob):
    """Only orders that passed by chance were used. The others passed with a chance of 1: they stand
    for themselves.
    """
    y, prob, _ = _labelled(y, prob)
    y = y[prob < 1]
    return _ratio(y.sum(), len(y))


def weights_of_the_unlabelled(y, prob):
    """You put the blocked orders into the denominator too, with their weights. Those that passed
    already stand for them.
    """
    known, p_known, _ = _labelled(y, prob)
    return _ratio((known / p_known).sum(), (1 / _p(prob)).sum()) if len(known) else float("nan")


def zero_without_labels(y, prob):
    """Without any label you returned 0. Then nothing is known: NaN."""
    value = reference.weighted_rate(y, prob)
    return 0.0 if np.isnan(value) else value


def random_passes_alone__weighted(y, prob):
    y, prob, _ = _labelled(y, prob)
    y, prob = y[prob < 1], prob[prob < 1]
    return _ratio((y / prob).sum(), (1 / prob).sum())


def sure_passes_alone(y, prob):
    """Only orders that pass for sure were used. The others passed by chance, and stand for those
    that were blocked.
    """
    y, prob, _ = _labelled(y, prob)
    y = y[prob == 1]
    return _ratio(y.sum(), len(y))


def divided_by_the_labelled(y, prob):
    """The weighted frauds were divided by the plain number of labelled orders. Each of these stands
    for several too.
    """
    y, prob, _ = _labelled(y, prob)
    return _ratio((y / prob).sum(), len(y))


def blocked_counted_once_more(y, prob):
    """You put the blocked orders into the denominator too. Those that passed already stand for
    them.
    """
    known, chance, n = _labelled(y, prob)
    if not len(known):
        return float("nan")
    return _ratio((known / chance).sum(), (1 / chance).sum() + n - len(known))


def blocked_are_frauds(y, prob):
    """A blocked order counted as a fraud. Nobody knows what it was; most were suspicious, and not
    all of those are frauds.
    """
    y, prob = _p(y), _p(prob)
    return float(np.average(np.nan_to_num(y, nan=1.0), weights=1 / prob)) if len(y) else np.nan


def blocked_are_frauds__unweighted(y, prob):
    y = _p(y)
    return float(np.nan_to_num(y, nan=1.0).mean()) if len(y) else float("nan")


def blocked_are_honest__weighted(y, prob):
    y, prob = _p(y), _p(prob)
    return float(np.average(np.nan_to_num(y), weights=1 / prob)) if len(y) else float("nan")


def blocked_are_honest__zero_of_none(y, prob):
    y = _p(y)
    return float(np.nan_to_num(y).mean()) if len(y) else float("nan")


def frauds_alone_weighted(y, prob):
    """The frauds were counted with their weights, and honest orders once each. An honest order that
    passed by chance stands for several too.
    """
    y, prob, _ = _labelled(y, prob)
    frauds = (y / prob).sum()
    return _ratio(frauds, frauds + (1 - y).sum())


def mean_of_the_chances(y, prob):
    """A rate was computed for each chance, and these rates were averaged. The groups differ in
    size.
    """
    y, prob, _ = _labelled(y, prob)
    return float(pd.Series(y).groupby(prob).mean().mean()) if len(y) else float("nan")


# ---- ring_of --------------------------------------------------------------------------------


def hubs_link_all(links, most):
    """Hubs were not cut, so strangers who use one parcel locker are one ring."""
    return reference.ring_of(links, len(links) + 1)


def hub_from_the_limit_on(links, most):
    """A thing with exactly ``most`` accounts was taken for a hub. More than ``most`` make a hub."""
    return reference.ring_of(links, most - 1)


def uses_counted(links, most):
    """Rows were counted to find hubs. Somebody who logs in twenty times is one account."""
    size = links.groupby(["kind", "value"])["account"].transform("size")
    cut = links["value"].isna() | (size > most)
    return reference.ring_of(links.assign(value=links["value"].mask(cut)), len(links) + 1)


def missing_is_a_value(links, most):
    """Accounts without a known device became one ring. A missing value links nobody."""
    filled = links.assign(value=links["value"].astype(object).where(links["value"].notna(), "?"))
    return reference.ring_of(filled, most)


def kinds_mixed_up(links, most):
    """A device and an address with the same text were taken for the same thing."""
    return reference.ring_of(links.assign(kind="thing"), most)


def kind_and_value_glued(links, most):
    """Kind and value were joined to one text. Two different things can give the same text: "card"
    with "s7", and "cards" with "7".
    """
    return reference.ring_of(links.assign(value=links["kind"] + links["value"], kind="x"), most)


def _without(links, hubs):
    cut = links.assign(value=links["value"].mask(hubs))
    return reference.ring_of(cut, len(links) + 1)


def hubs_counted_over_kinds(links, most):
    """To find hubs, accounts were counted for each value over all kinds together. A device and an
    address with the same text are two things, each with its own number of accounts.
    """
    return _without(links, links.groupby("value")["account"].transform("nunique") > most)


def few_steps_only(links, most):
    """Numbers were handed on along the links for a few rounds only. In a long chain the ends have
    not heard of each other.
    """
    return _rounds(links, most, 2)


def few_steps_only__three(links, most):
    return _rounds(links, most, 3)


def few_steps_only__at_once(links, most):
    return _rounds(links, most, 2, at_once=False)


def _rounds(links, most, n, at_once=True):
    uses = links.dropna().drop_duplicates()
    accounts = pd.Index(np.unique(links["account"]))
    ring = pd.Series(accounts.to_numpy(), index=accounts)
    things = [own for _, own in uses.groupby(["kind", "value"])["account"]]
    for _ in range(n):
        old = ring.copy() if at_once else ring
        for own in things:
            if own.nunique() <= most:
                ring[own] = np.minimum(ring[own], old[own].min())
    return ring


def users_of_hubs_taken_out(links, most):
    """In your answer accounts that share a thing stand alone where they use other things that they
    do not share, or a hub. One shared thing links them, whatever else they use.
    """
    users = links.groupby(["kind", "value"])["account"].transform("nunique")
    out = links["account"].isin(links.loc[users > most, "account"])
    return reference.ring_of(links.assign(value=links["value"].mask(out)), most)


def rings_counted_up(links, most):
    """The rings were numbered 0, 1, 2 and so on. The contract names a ring after its smallest
    account number.
    """
    ring = reference.ring_of(links, most)
    return pd.Series(pd.factorize(ring)[0], index=ring.index, dtype=int)


def rings_counted_up__from_one(links, most):
    return rings_counted_up(links, most) + 1


def named_after_the_first(links, most):
    """A ring was named after one of its accounts, and not always after the smallest number."""
    ring = reference.ring_of(links, most)
    seen = pd.Series(links["account"].drop_duplicates().to_numpy(), dtype=int)
    first = seen.groupby(ring[seen].to_numpy()).first() if len(seen) else seen
    return ring.map(first).astype(int)


def named_after_the_first__largest(links, most):
    ring = reference.ring_of(links, most)
    largest = pd.Series(ring.index, index=ring.index).groupby(ring.to_numpy()).max()
    return ring.map(largest).astype(int)


def order_of_appearance(links, most):
    """Your accounts come in the order in which the table shows them. The index must be
    ascending.
    """
    ring = reference.ring_of(links, most)
    return ring[links["account"].drop_duplicates().to_numpy()]


def one_step_only__old_numbers(links, most):
    return _rounds(links, most, 1)


def one_step_only(links, most):
    """Only direct neighbours were joined. Links go on: a with b and b with c make one ring."""
    uses = links.dropna().drop_duplicates()
    accounts = pd.Index(np.unique(links["account"]))
    ring = pd.Series(accounts.to_numpy(), index=accounts)
    for _, own in uses.groupby(["kind", "value"])["account"]:
        if own.nunique() <= most:
            ring[own] = np.minimum(ring[own], own.min())
    return ring


def alone_left_out(links, most):
    """Accounts that are linked with nobody are missing. Each is a ring of its own."""
    ring = reference.ring_of(links, most)
    return ring[ring.groupby(ring).transform("size") > 1]


def sizes_for_rings(links, most):
    """Those are the sizes of the rings. The contract asks for the smallest account number."""
    ring = reference.ring_of(links, most)
    return ring.groupby(ring).transform("size")


# ---- review_queue ---------------------------------------------------------------------------


def _places(budget, mix):
    return math.floor(round(budget * mix, 9))


def raw_scores_added(sup, ano, budget, mix):
    """The scores were added. They have different scales, so one list decides almost alone."""
    total = (1 - mix) * np.nan_to_num(sup) + mix * np.nan_to_num(ano)
    return [int(row) for row in np.argsort(-total, kind="stable")[:budget]]


def same_order_twice(sup, ano, budget, mix):
    """An order that both lists want is in the queue twice, and would be reviewed twice."""
    n_ano = _places(budget, mix)
    return reference._ranked(sup)[: budget - n_ano] + reference._ranked(ano)[:n_ano]


def places_left_empty(sup, ano, budget, mix):
    """Orders that both lists want are in the queue once, but the place that became free stayed
    empty.
    """
    return list(dict.fromkeys(same_order_twice(sup, ano, budget, mix)))


def anomalies_first(sup, ano, budget, mix):
    """The anomaly detector chose first, so its places go to orders that the model wants too. The
    contract lets the model choose first.
    """
    n_sup = budget - _places(budget, mix)
    queue = reference._ranked(ano)[: budget - n_sup]
    queue += [row for row in reference._ranked(sup) if row not in queue][:n_sup]
    for ranked in (reference._ranked(sup), reference._ranked(ano)):
        queue += [row for row in ranked if row not in queue][: budget - len(queue)]
    return queue


def mix_of_the_model(sup, ano, budget, mix):
    """``mix`` was used as the share of the model. It is the share of the anomaly detector."""
    return reference.review_queue(sup, ano, budget, 1 - mix)


def _with_places(sup, ano, budget, n_ano):
    return reference.review_queue(sup, ano, budget, n_ano / budget if budget else 0.0)


def share_rounded_to_the_nearest(sup, ano, budget, mix):
    """Half a place or more became a place. The contract rounds down."""
    return _with_places(sup, ano, budget, round(budget * mix))


def share_rounded_to_the_nearest__half_up(sup, ano, budget, mix):
    return _with_places(sup, ano, budget, math.floor(budget * mix + 0.5))


def place_lost_to_a_float(sup, ano, budget, mix):
    """The detector has a place too few where a float is a little less than a whole number:
    ``100 * 0.29`` is 28.999..., and is meant as 29.
    """
    return _with_places(sup, ano, budget, int(budget * mix))


def share_rounded_up(sup, ano, budget, mix):
    """The detector has one place too many where ``budget * mix`` is not whole. The contract rounds
    down.
    """
    n_ano = int(np.ceil(round(budget * mix, 9)))
    return reference.review_queue(sup, ano, budget, n_ano / budget if budget else mix)


def unscored_first(sup, ano, budget, mix):
    """Your queue holds orders without a score. A reversed sort puts NaN first, and a score of minus
    infinity fills places too.
    """
    ranked = [
        np.argsort(np.where(np.isnan(s), -np.inf, -np.asarray(s)), kind="stable").tolist()
        for s in (sup, ano)
    ]
    n_ano = _places(budget, mix)
    queue = ranked[0][: budget - n_ano]
    return queue + [row for row in ranked[1] if row not in queue][:n_ano]


def _filled(ranked, budget, mix):
    n_ano = _places(budget, mix)
    queue = ranked[0][: budget - n_ano]
    queue = queue + [row for row in ranked[1] if row not in queue][:n_ano]
    for each in ranked:
        queue = queue + [row for row in each if row not in queue][: budget - len(queue)]
    return queue


def unscored_first__full(sup, ano, budget, mix):
    ranked = [
        np.argsort(np.where(np.isnan(s), -np.inf, -np.asarray(s)), kind="stable").tolist()
        for s in (sup, ano)
    ]
    return _filled(ranked, budget, mix)


def unscored_first__reversed(sup, ano, budget, mix):
    return _filled([np.argsort(s)[::-1].tolist() for s in (sup, ano)], budget, mix)


def unscored_first__stable_reversed(sup, ano, budget, mix):
    ranked = [np.argsort(s, kind="stable")[::-1].tolist() for s in (sup, ano)]
    return _filled(ranked, budget, mix)


def unscored_last(sup, ano, budget, mix):
    """A list went on with orders to which it gives no score. An order that a list has not scored is
    not in that list.
    """
    ranked = [np.argsort(-np.asarray(s, dtype=float), kind="stable").tolist() for s in (sup, ano)]
    return _filled(ranked, budget, mix)


def unscored_is_zero(sup, ano, budget, mix):
    """A missing score was taken for 0. Then an order without a score comes before those whose
    scores are below 0, and may get a place.
    """
    ranked = [np.argsort(-np.nan_to_num(s), kind="stable").tolist() for s in (sup, ano)]
    return _filled(ranked, budget, mix)


def filled_up_by_the_model_alone(sup, ano, budget, mix):
    """In your queue only the model fills the places that are left. Where the model has too few
    scores, the detector must fill them.
    """
    n_ano = _places(budget, mix)
    first, second = reference._ranked(sup), reference._ranked(ano)
    queue = first[: budget - n_ano]
    queue = queue + [row for row in second if row not in queue][:n_ano]
    return queue + [row for row in first if row not in queue][: budget - len(queue)]


def filled_up_by_the_detector_alone(sup, ano, budget, mix):
    """In your queue only the detector fills the places that are left. Where the detector has too
    few scores, the model must fill them.
    """
    n_ano = _places(budget, mix)
    first, second = reference._ranked(sup), reference._ranked(ano)
    queue = first[: budget - n_ano]
    return queue + [row for row in second if row not in queue][: budget - len(queue)]


def higher_number_first(sup, ano, budget, mix):
    """Of equal scores the higher row number came first. The contract puts the lower one first."""
    ranked = []
    for s in (sup, ano):
        order = np.argsort(np.asarray(s, dtype=float), kind="stable")[::-1]
        ranked.append([int(row) for row in order if not np.isnan(s[row])])
    return _filled(ranked, budget, mix)


def in_order_of_rows(sup, ano, budget, mix):
    """Your queue has the right orders, in the order of their row numbers. It must start with the
    highest score.
    """
    return sorted(reference.review_queue(sup, ano, budget, mix))


def not_filled_up(sup, ano, budget, mix):
    """One list had too few scores, and its places stayed empty. The other list must fill them."""
    n_ano = _places(budget, mix)
    queue = reference._ranked(sup)[: budget - n_ano]
    return queue + [row for row in reference._ranked(ano) if row not in queue][:n_ano]


# ---- risk_scores ----------------------------------------------------------------------------


def by_amount(train, y, test):
    """Orders sorted by their amount: the baseline. Most expensive orders are honest."""
    return (test["amount"] / test["amount"].max()).to_numpy()


def _logistic(train, y, test, **options):
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, **options))
    return model.fit(train, y).predict_proba(test)[:, 1]


def plain_logistic(train, y, test):
    """The scores are those of a plain logistic regression, in which each feature can only raise or
    only lower the risk. Some fraud is small *and* fast, some is large *and* elsewhere: use a model
    that combines features.
    """
    return _logistic(train, y, test)


def balanced_weights(train, y, test):
    """The scores are those of a logistic regression with balanced class weights. The weights do not
    improve the order, and the numbers are no longer probabilities of fraud.
    """
    return _logistic(train, y, test, class_weight="balanced")


def classes_for_probabilities(train, y, test):
    """These look like the classes of ``predict``. At 3 % fraud few orders reach one half, and all
    the others are equal.
    """
    model = RandomForestClassifier(n_estimators=40, min_samples_leaf=3, random_state=0)
    return model.fit(train, y).predict(test).astype(float)


def one_deep_tree(train, y, test):
    """The scores are those of one tree that was grown to the end: its probabilities are 0 and 1."""
    return DecisionTreeClassifier(random_state=0).fit(train, y).predict_proba(test)[:, 1]


def anomalies_alone(train, y, test):
    """The scores are those of an isolation forest, which uses no label. Many unusual orders are
    honest.
    """
    model = IsolationForest(n_estimators=50, random_state=0).fit(train)
    return -model.score_samples(test)


def honest_column(train, y, test):
    """The scores are those of the first column of ``predict_proba``: the probability that an order
    is honest.
    """
    return 1 - _logistic(train, y, test)
