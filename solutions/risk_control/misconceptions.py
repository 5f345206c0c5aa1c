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


def joined_by_lines(y, s):
    """The points were joined by lines (the trapezoid rule). No threshold lies between two points:
    nobody reaches the precision on the line.
    """
    if not np.sum(y):
        return float("nan")
    precision, recall = _curve(y, s)
    precision, recall = np.append(precision[0], precision), np.append(0.0, recall)
    return float((np.diff(recall) * (precision[1:] + precision[:-1]) / 2).sum())


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


def blocking_is_free(p, amount, review, friction, margin, fee=0.0):
    """Blocking was free, so nothing is ever reviewed or passed without need. An honest customer who
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
    """Fixed cuts of ``p`` decide here, and the costs change nothing. With another amount the same
    ``p`` asks for another action.
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
    """The gap lies after the cutoff. On that day the labels of the orders *before* it are missing.
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
    """The row numbers are those of the sorted orders. The caller's table is not sorted."""
    return reference.matured_time_split(np.sort(t), cutoff, delay)


def days_for_rows(t, cutoff, delay):
    """You returned days. The contract asks for row numbers."""
    return tuple(np.sort(np.asarray(t)[r]) for r in reference.matured_time_split(t, cutoff, delay))


# The mistakes that a test has to find agree with the right answer on ordinary days.


def whole_days_only(t, cutoff, delay):
    """A part of a day was cut off the delay."""
    return reference.matured_time_split(t, cutoff, int(delay))


def counted_from_the_last_order(t, cutoff, delay):
    """Labels count as final if they were by the day of the last order, not by the cutoff."""
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
    """The blocked orders are in the denominator too, with their weights. Those that passed already
    stand for them.
    """
    known, p_known, _ = _labelled(y, prob)
    return _ratio((known / p_known).sum(), (1 / _p(prob)).sum()) if len(known) else float("nan")


def zero_without_labels(y, prob):
    """Without any label you returned 0. Then nothing is known: NaN."""
    value = reference.weighted_rate(y, prob)
    return 0.0 if np.isnan(value) else value


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


def raw_scores_added(sup, ano, budget, mix):
    """The scores were added. They have different scales, so one list decides almost alone."""
    total = (1 - mix) * np.nan_to_num(sup) + mix * np.nan_to_num(ano)
    return [int(row) for row in np.argsort(-total, kind="stable")[:budget]]


def same_order_twice(sup, ano, budget, mix):
    """An order that both lists want is in the queue twice, and would be reviewed twice."""
    n_ano = int(budget * mix)
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
    n_sup = budget - int(budget * mix)
    queue = reference._ranked(ano)[: budget - n_sup]
    queue += [row for row in reference._ranked(sup) if row not in queue][:n_sup]
    for ranked in (reference._ranked(sup), reference._ranked(ano)):
        queue += [row for row in ranked if row not in queue][: budget - len(queue)]
    return queue


def mix_of_the_model(sup, ano, budget, mix):
    """``mix`` was used as the share of the model. It is the share of the anomaly detector."""
    return reference.review_queue(sup, ano, budget, 1 - mix)


def share_rounded_up(sup, ano, budget, mix):
    """The detector has one place too many where ``budget * mix`` is not whole. The contract rounds
    down.
    """
    n_ano = int(np.ceil(budget * mix))
    return reference.review_queue(sup, ano, budget, n_ano / budget if budget else mix)


def unscored_first(sup, ano, budget, mix):
    """Orders without a score are in the queue. A reversed sort puts NaN first, and a score of minus
    infinity fills places too.
    """
    ranked = [
        np.argsort(np.where(np.isnan(s), -np.inf, -np.asarray(s)), kind="stable").tolist()
        for s in (sup, ano)
    ]
    n_ano = int(budget * mix)
    queue = ranked[0][: budget - n_ano]
    return queue + [row for row in ranked[1] if row not in queue][:n_ano]


def not_filled_up(sup, ano, budget, mix):
    """One list had too few scores, and its places stayed empty. The other list fills them."""
    n_ano = int(budget * mix)
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
