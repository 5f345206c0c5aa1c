"""The exercises on risk control, in teaching order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from solutions.risk_control import misconceptions as wrong
from solutions.risk_control import reference
from utils import fraud, holdout
from utils.exercises import BeatIt, BreakIt, Metric, Property, WriteIt, WriteTheTest
from utils.exercises.equality import is_whole

# ---- break it -------------------------------------------------------------------------------


def _numbers(values, low, high):
    """Whether all are numbers from ``low`` to ``high``."""
    array = np.asarray(values)
    return array.dtype.kind in "iuf" and bool(((array >= low) & (array <= high)).all())


def _problem_with_orders(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 4:
        return "return four values: p, amount, cost and n"
    p, amount, cost, n = arguments
    if np.ndim(p) != 1 or np.ndim(amount) != 1 or len(p) != len(amount):
        return "p and amount are two lists of the same length"
    if not 1 <= len(p) <= 8:
        return "there are from 1 to 8 orders"
    if not _numbers(p, 0, 1):
        return "a probability is from 0 to 1"
    if not _numbers(amount, 0, 1000) or np.min(amount) == 0:
        return "an amount is above 0 and at most 1,000"
    if np.ndim(cost) or not _numbers(cost, 0, 100) or cost == 0:
        return "the cost is a number above 0 and at most 100"
    return "" if is_whole(n) and 1 <= n <= 8 else "n is a whole number from 1 to 8"


break_review_list = BreakIt(
    reference=reference.break_review_list,
    points=3,
    minutes=10,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_orders,
    misconceptions=(
        wrong.same_orders_for_all,
        wrong.all_certain,
        wrong.percent_for_probability,
        wrong.a_whole_day,
        wrong.orders_alone,
    ),
)


# ---- average_precision ----------------------------------------------------------------------


def _scored(rng, n=40, share=0.25, decimals=6):
    """Frauds that score a little higher; at least two of each kind."""
    y = (rng.permutation(n) < max(2, int(share * n))).astype(int)
    return y, (rng.normal(size=n) + y).round(decimals)


def _shuffled(rng):
    """The same orders twice: with the frauds first among equals, and last."""
    cases = []
    for _ in range(3):
        y, s = _scored(rng, 30, 0.3, 0)
        for order in (np.lexsort((y, -s)), np.lexsort((-y, -s))):
            cases.append((y[order], s[order]))
    return cases


average_precision = WriteIt(
    reference=reference.average_precision,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "each fraud counts with the precision at which it is caught",
            lambda rng: [
                _scored(rng),
                _scored(rng, 60, 0.1),
                _scored(rng, 25, 0.5),
                _scored(rng, 80, 0.03),
            ],
        ),
        Property("ties_come_together", "no order among equals may matter", _shuffled),
        Property(
            "any_scale",
            "only the order of the scores counts",
            lambda rng: [
                (y.astype(bool), scale * s - 300)
                for scale in (0.001, 90.0)
                for y, s in [_scored(rng)]
            ],
        ),
        Property(
            "all_fraud_is_one",
            "where all are frauds, whoever is flagged is one",
            lambda rng: [(np.ones(6, dtype=int), rng.random(6).round(3))],
        ),
        Property(
            "nan_without_fraud",
            "nothing to find is no score of 0",
            lambda rng: [(np.zeros(5, dtype=int), rng.random(5)), (np.zeros(0, int), np.zeros(0))],
        ),
    ),
    misconceptions=(
        wrong.roc_area,
        wrong.ties_by_position,
        wrong.joined_by_lines,
        wrong.best_precision_to_come,
        wrong.lowest_first,
        wrong.mean_over_all_places,
        wrong.zero_without_fraud,
    ),
)


# ---- review_decision ------------------------------------------------------------------------


def _orders(rng, n=40):
    return rng.beta(1, 4, n).round(3), rng.lognormal(3.5, 1, n).round(2)


def _breaking_even(rng):
    """Products without rounding: halves, quarters and whole dollars."""
    cost = float(rng.integers(3, 9))
    p = np.array([0.5, 0.25, 0.125, 0.5, 0.25])
    amount = np.array([2, 4, 8, 1, 8]) * cost
    return [(p, amount, cost), (p, 2 * amount, cost, 0.5)]


review_decision = WriteIt(
    reference=reference.review_decision,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "probability times amount times recovery against the cost",
            lambda rng: [
                (*_orders(rng), cost, r) for cost, r in ((3.0, 1.0), (6.0, 0.7), (2, 0.4))
            ],
        ),
        Property(
            "recovered_in_full",
            "without a fourth argument a review saves the whole amount",
            lambda rng: [(*_orders(rng), 4.0)],
        ),
        Property("breaking_even_is_reviewed", "at least, not more than", _breaking_even),
        Property(
            "nothing_recovered",
            "a review that saves nothing is not worth its cost",
            lambda rng: [(*_orders(rng, 8), 4.0, 0.0)],
        ),
        Property(
            "small_risk_of_much",
            "1 % of a large amount may be worth more than a half of a small one",
            lambda rng: [
                (rng.uniform(0.005, 0.03, 8).round(4), rng.uniform(100, 900, 8).round(2), 5.0),
                (rng.uniform(0.5, 0.99, 8).round(3), rng.uniform(1, 10, 8).round(2), 5.0),
            ],
        ),
    ),
    misconceptions=(
        wrong.half_or_more,
        wrong.one_threshold_for_all,
        wrong.honest_ones_reviewed,
        wrong.breaking_even_skipped,
        wrong.all_recovered,
        wrong.recovery_of_the_cost,
        wrong.free_if_fraud,
    ),
)


# ---- matured_time_split ---------------------------------------------------------------------


def _days(rng, n=40):
    return rng.integers(0, 200, n)


def _on_the_boundaries(rng):
    cutoff, delay = int(rng.integers(80, 120)), int(rng.integers(10, 50))
    edges = np.array([0, -1, 1, -delay, -delay - 1, -delay + 1, delay, delay - 1, delay + 1])
    whole = [(rng.permutation(cutoff + edges), cutoff, delay) for _ in range(2)]
    # Eighths of a day, without rounding: some orders lie hours from a boundary.
    return [*whole, (rng.permutation(cutoff + edges / 8), float(cutoff), delay / 8)]


def _without_delay(rng):
    t = rng.permutation(np.repeat(np.arange(45, 55), 2))
    return [(t, 50, 0), (t + 0.5, 50, 0)]


matured_time_split = WriteIt(
    reference=reference.matured_time_split,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "learn from final labels, judge by what comes after",
            lambda rng: [
                (_days(rng), 100, 60),
                (_days(rng), 150, 30),
                (_days(rng) / 4, 30.5, 7.25),
            ],
        ),
        Property("boundaries", "final on the day of the cutoff is final", _on_the_boundaries),
        Property("never_in_both", "what is learned from cannot judge", _without_delay),
        Property(
            "empty_parts",
            "a part may be empty",
            lambda rng: [(_days(rng), 20, 60), (_days(rng), 500, 30), (np.zeros(0, int), 5, 1)],
        ),
    ),
    misconceptions=(*wrong.PLANTED_SPLITS.values(), wrong.days_for_rows),
)


# ---- kill_matured_split ---------------------------------------------------------------------


def _with_pandas(t, cutoff, delay):
    """Right, by two filters of a table."""
    days = pd.Series(np.asarray(t)).sort_index()
    known = days[days.le(cutoff - delay) & days.lt(cutoff)]
    return known.index.to_numpy(), days[days.ge(cutoff)].index.to_numpy()


def _by_loop(t, cutoff, delay):
    """Right, row by row; lists come back."""
    train, test = [], []
    for row, day in enumerate(t):
        if day >= cutoff:
            test.append(row)
        elif cutoff - day >= delay:
            train.append(row)
    return train, test


kill_matured_split = WriteTheTest(
    reference=reference.kill_matured_split,
    points=3,
    minutes=12,
    level="mid",
    right={
        "reference": reference.matured_time_split,
        "pandas": _with_pandas,
        "loop": _by_loop,
    },
    mutants=wrong.PLANTED_SPLITS,
    enough=7,
    misconceptions=(
        wrong.accepts_any_split,
        wrong.rejects_any_split,
        wrong.no_overlap_only,
        wrong.sorted_orders_only,
        wrong.training_only,
        wrong.lists_rejected,
    ),
)


# ---- velocity_count -------------------------------------------------------------------------


def _log(rng, n=40, entities=4, hours=48):
    """Orders at whole quarters of an hour, in no order, with an index of their own."""
    time = pd.Timestamp("2017-03-01") + pd.to_timedelta(rng.integers(0, 4 * hours, n) * 15, "min")
    entity = np.array(["ann", "bob", "cat", "dan", "eve", "fay"])[rng.integers(0, entities, n)]
    return pd.DataFrame({"entity": entity, "time": time}, index=rng.permutation(n) + 500)


def _sorted_log(rng):
    return _log(rng).sort_values("time", kind="stable")


def _at_the_edges(rng):
    steps = np.array([0, 0, 2, 2, 4, 5, 7, 9])
    time = pd.Timestamp("2017-05-05") + pd.to_timedelta(steps, "h")
    df = pd.DataFrame({"entity": ["ann"] * 8, "time": time})
    tables = [df, df.assign(time=time + pd.to_timedelta(rng.permutation(8) % 3, "s"))]
    return [(each.iloc[rng.permutation(8)], hours) for each in tables for hours in (2, 5)]


velocity_count = WriteIt(
    reference=reference.velocity_count,
    points=4,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "earlier orders of the same entity within the window",
            lambda rng: [(_log(rng), 3), (_log(rng), 12), (_log(rng, 60, 6), 6)],
        ),
        Property(
            "sorted_input",
            "a table that is sorted comes back as it was",
            lambda rng: [(_sorted_log(rng), 4)],
        ),
        Property(
            "half_open_window",
            "exactly the window ago counts, the very same moment does not",
            _at_the_edges,
        ),
        Property(
            "part_of_an_hour",
            "half an hour is a window too",
            lambda rng: [(_log(rng, 40, 2, 8), 0.5), (_log(rng, 40, 3, 12), 1.75)],
        ),
        Property(
            "empty_and_alone",
            "nobody, or one order of each, has no history",
            lambda rng: [
                (_log(rng, 6).assign(entity=rng.permutation(6)), 24),
                (_log(rng, 5).iloc[:0], 24),
            ],
        ),
    ),
    misconceptions=(
        wrong.all_entities,
        wrong.itself_counted,
        wrong.open_at_the_far_end,
        wrong.both_directions,
        wrong.window_without_end,
        wrong.same_moment_counted,
        wrong.rows_taken_as_sorted,
        wrong.index_replaced,
        wrong.sorted_order_returned,
    ),
)


# ---- robust_z -------------------------------------------------------------------------------


def _skewed(rng, n):
    return rng.lognormal(3, 1, n).round(2)


def _mostly_equal(rng):
    ref = np.append(np.full(7, 5.0), rng.integers(6, 30, 3))
    return [(rng.integers(0, 40, 6).astype(float), rng.permutation(ref))]


def _with_nan(rng):
    ref, x = _skewed(rng, 15), _skewed(rng, 5)
    ref[[2, 9]] = np.nan
    x[3] = np.nan
    return [(x, ref)]


robust_z = WriteIt(
    reference=reference.robust_z,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "distance from the median of the reference in scaled MADs",
            lambda rng: [
                (_skewed(rng, 8), _skewed(rng, 21)),
                (_skewed(rng, 5), _skewed(rng, 30)),
                (-_skewed(rng, 6), rng.normal(0, 3, 12).round(3)),
            ],
        ),
        Property(
            "outliers_do_not_hide",
            "a few extreme values in the reference change little",
            lambda rng: [(_skewed(rng, 6), np.append(_skewed(rng, 15), [1e5, 3e5]))],
        ),
        Property("mad_of_zero", "more than half may be equal", _mostly_equal),
        Property(
            "constant_reference",
            "where all are equal, the difference itself is left",
            lambda rng: [(rng.integers(0, 9, 5).astype(float), np.full(6, 4.0))],
        ),
        Property("nan_is_ignored", "what is not known is not usual either", _with_nan),
        Property(
            "whole_numbers",
            "counts are numbers too",
            lambda rng: [(rng.integers(0, 50, 6), rng.integers(0, 20, 11))],
        ),
    ),
    misconceptions=(
        wrong.mean_and_deviation,
        wrong.judged_by_itself,
        wrong.mad_as_it_is,
        wrong.sign_lost,
        wrong.divides_by_zero,
        wrong.nan_spoils_the_median,
        wrong.deviations_from_the_mean,
        wrong.mean_absolute_deviation,
    ),
)


# ---- review_queue ---------------------------------------------------------------------------


def _two_lists(rng, n=20):
    """Probabilities and depths that agree a little, so that both lists want some orders."""
    common = rng.normal(size=n)
    sup = 1 / (1 + np.exp(-(common + rng.normal(size=n))))
    return sup.round(4), (20 + 5 * (common + rng.normal(size=n))).round(3)


def _wanted_by_both(rng):
    sup, ano = _two_lists(rng)
    ano[np.argsort(-sup)[:4]] = [90, 95, 85, 80]
    return [(sup, ano, 8, 0.5), (sup, ano, 8, 0.25)]


def _lists_that_end(rng):
    sup, ano = _two_lists(rng, 10)
    few, fewer = sup.copy(), ano.copy()
    few[rng.permutation(10)[:7]] = np.nan
    fewer[rng.permutation(10)[:8]] = np.nan
    return [(few, ano, 8, 0.25), (sup, fewer, 6, 0.5), (few, fewer, 9, 0.5)]


review_queue = WriteIt(
    reference=reference.review_queue,
    points=3,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "values",
            "the model's places first, then the detector's",
            lambda rng: [
                (*_two_lists(rng), 8, 0.25),
                (*_two_lists(rng), 10, 0.5),
                (*_two_lists(rng, 40), 16, 0.75),
            ],
        ),
        Property("no_order_twice", "what the model chose, the detector need not", _wanted_by_both),
        Property(
            "share_rounded_down",
            "half a place is none",
            lambda rng: [(*_two_lists(rng), 7, 0.25), (*_two_lists(rng), 7, 0.5)],
        ),
        Property(
            "all_or_nothing",
            "one list alone is a queue too",
            lambda rng: [
                (*_two_lists(rng), 6, 0.0),
                (*_two_lists(rng), 6, 1.0),
                (*_two_lists(rng), 0, 0.5),
            ],
        ),
        Property("filled_up", "places that one list cannot fill go to the other", _lists_that_end),
        Property(
            "more_places_than_orders",
            "everybody is reviewed, once",
            lambda rng: [(*_two_lists(rng, 6), 10, 0.5)],
        ),
        Property(
            "ties_by_number",
            "of equals the lower number comes first",
            lambda rng: [(*rng.integers(0, 3, (2, 30)).astype(float), 12, 0.5)],
        ),
    ),
    misconceptions=(
        wrong.raw_scores_added,
        wrong.same_order_twice,
        wrong.places_left_empty,
        wrong.anomalies_first,
        wrong.mix_of_the_model,
        wrong.share_rounded_up,
        wrong.unscored_first,
        wrong.not_filled_up,
    ),
)


# ---- risk_tier ------------------------------------------------------------------------------


def _probabilities(rng, n=40):
    return rng.beta(0.4, 3, n).round(4)


risk_tier = WriteIt(
    reference=reference.risk_tier,
    points=2,
    minutes=8,
    level="junior",
    properties=(
        Property(
            "values",
            "the cuts decide",
            lambda rng: [(_probabilities(rng),), (_probabilities(rng), (0.05, 0.5))],
        ),
        Property(
            "cuts_are_arguments",
            "who decides about the cuts is not this function",
            lambda rng: [(_probabilities(rng), (0.1, 0.3)), (_probabilities(rng), (0.001, 0.9))],
        ),
        Property(
            "a_tier_begins_at_its_cut",
            "a probability at a cut belongs to the upper tier",
            lambda rng: [
                (rng.permutation([0.02, 0.2, 0.0, 1.0, 0.5]),),
                (np.array([0.25, 0.75]), (0.25, 0.75)),
            ],
        ),
        Property(
            "nan_is_unknown",
            "what was not scored is not safe",
            lambda rng: [(rng.permutation([np.nan, 0.01, 0.1, np.nan, 0.9]),)],
        ),
        Property(
            "no_probability_is_unknown",
            "a number outside 0 to 1 comes from a fault",
            lambda rng: [(rng.permutation([-0.1, 1.7, np.inf, -np.inf, 0.3]),)],
        ),
    ),
    misconceptions=(
        wrong.two_classes,
        wrong.closed_on_the_right,
        wrong.thirds_of_the_day,
        wrong.unscored_waved_through,
        wrong.unscored_is_high,
        wrong.cuts_not_used,
        wrong.any_number_accepted,
        wrong.numbers_for_names,
    ),
)


# ---- risk_scores ----------------------------------------------------------------------------

risk_scores = BeatIt(
    reference=reference.risk_scores,
    points=5,
    minutes=40,
    level="senior",
    seconds=60.0,
    task=fraud.risk_holdout,
    baseline=wrong.by_amount,
    metrics=(
        Metric("average_precision", fraud.average_precision_of),
        Metric("money_saved", fraud.share_saved),
    ),
    # With some 150 frauds two equally good models differ by a tenth of the way.
    par=0.85,
    problem=holdout.problem_with_probabilities,
    misconceptions=(
        wrong.by_amount,
        wrong.plain_logistic,
        wrong.balanced_weights,
        wrong.classes_for_probabilities,
        wrong.one_deep_tree,
        wrong.anomalies_alone,
        wrong.honest_column,
    ),
)
