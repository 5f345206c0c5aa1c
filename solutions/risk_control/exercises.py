"""The exercises on risk control, in teaching order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from solutions.risk_control import misconceptions as wrong
from solutions.risk_control import reference
from utils import fraud
from utils.exercises import BeatIt, BreakIt, Metric, Property, WriteIt, WriteTheTest
from utils.exercises.equality import is_whole
from utils.holdout import campaigns as holdout

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
            "each fraud counts with the precision at its place in the list",
            lambda rng: [
                _scored(rng),
                _scored(rng, 60, 0.1),
                _scored(rng, 25, 0.5),
                _scored(rng, 80, 0.03),
            ],
        ),
        Property(
            "ties_come_together", "the order of the rows does not change the result", _shuffled
        ),
        Property(
            "few_scores",
            "with few different scores, all orders that score the same are flagged together",
            lambda rng: (
                [(y, (s > 0.5) + 1) for y, s in (_scored(rng, 20), _scored(rng, 30))]
                + [(y, np.full(9, 0.3)) for y in (_scored(rng, 9)[0],)]
            ),
        ),
        Property(
            "any_scale",
            "only the order of the scores counts",
            lambda rng: [
                (y.astype(bool), scale * s + start)
                # Some differ by parts of a trillionth; the others are many, half of them frauds.
                for scale, start, case in (
                    (1e-12, 1.0, _scored(rng, decimals=1)),
                    (90.0, -300.0, _scored(rng, 300, 0.5)),
                )
                for y, s in [case]
            ],
        ),
        Property(
            "all_fraud_is_one",
            "where all orders are frauds, the result is 1",
            lambda rng: [(np.ones(n, dtype=int), rng.random(n).round(3)) for n in (6, 1)],
            stands="its result is 1 whatever the scores are",
        ),
        Property(
            "nan_without_fraud",
            "without any fraud the result is NaN",
            lambda rng: [(np.zeros(5, dtype=int), rng.random(5)), (np.zeros(0, int), np.zeros(0))],
            stands="its result is NaN whatever the scores are",
        ),
        Property(
            "whole_scores",
            "scores may be whole numbers, some of them below 0",
            lambda rng: [
                (y.astype(kind), (50 * s).astype(int))
                for kind in (int, bool)
                for y, s in [_scored(rng)]
            ],
        ),
    ),
    misconceptions=(
        wrong.roc_area,
        wrong.ties_by_position,
        wrong.joined_by_lines,
        wrong.best_precision_to_come,
        wrong.lowest_first,
        wrong.mean_over_all_places,
        wrong.first_of_equals,
        wrong.first_step_missing,
        wrong.equals_sorted_by_label,
        wrong.strictly_above,
        wrong.fixed_thresholds,
        wrong.close_scores_taken_for_equal,
        wrong.zero_without_fraud,
    ),
)


# ---- cheapest_action ------------------------------------------------------------------------


def _orders(rng, n=60):
    """Orders, the costs of one shop, and probabilities at which each action is the cheapest."""
    p = np.concatenate([rng.beta(0.3, 4, n // 2), rng.random(n - n // 2)]).round(4)
    return p, rng.lognormal(3.5, 1, n).round(2)


def _costs(p, amount, review, friction, margin, fee=0.0):
    passing = p * ((1 - margin) * amount + fee)
    blocking = (1 - p) * (margin * amount + friction)
    return np.column_stack([passing, np.full(len(p), float(review)), blocking])


def _apart(p, amount, *others):
    """A call without the few orders of which two costs nearly agree."""
    costs = np.sort(_costs(p, amount, *others), axis=1)
    far = (np.diff(costs, axis=1) > 1e-4).all(axis=1) | ~((p >= 0) & (p <= 1))
    return (p[far], amount[far], *others)


def _equal_costs(rng):
    """Costs that are equal as decimals, and not as floats."""
    calls: list[tuple[object, ...]] = []
    p, amount = (v.ravel() for v in np.meshgrid(np.arange(1, 60) / 100, np.arange(3.0, 90.0)))
    p, amount = (v[rng.permutation(len(p))] for v in (p, amount))
    # To pass costs as much as a review, and as a float a little more.
    for row in np.flatnonzero(p * amount > (p * amount).round(2))[:3]:
        pair = p[row].repeat(2), amount[row].repeat(2)
        calls.append((*pair, round(float(p[row] * amount[row]), 2), 500.0, 0.0))
    # To block costs as much as a review, and as a float a little less.
    for row in np.flatnonzero((1 - p) * amount < ((1 - p) * amount).round(2))[:3]:
        pair = p[row].repeat(2), np.array([20_000.0, 19_000.0])
        cost = round(float((1 - p[row]) * amount[row]), 2)
        calls.append((*pair, cost, float(amount[row]), 0.0))
    # To pass costs as much as to block: 0.5 x 0.5 x a against 0.5 x 0.5 x a.
    calls.append((np.array([0.5, 0.5]), np.array([8.0, 20.0]), 90.0, 0.0, 0.5, 0.0))
    # To pass costs nothing, and a review neither.
    return [*calls, (rng.uniform(0.1, 0.9, 2).round(2), np.zeros(2), 0.0, 1.0, 0.25, 0.0)]


def _nearly_equal(rng):
    """A higher number is cheaper, by a twentieth of a cent in some hundred USD."""
    calls = []
    for gap in (0.0005, 0.0008):
        p, amount = rng.integers(40, 60, 3) / 100, float(rng.integers(400, 900))
        passing = p * amount
        calls += [
            (
                p[i : i + 1].repeat(2),
                np.array([amount, amount]),
                float(passing[i]) - gap,
                5000.0,
                0.0,
            )
            for i in range(2)
        ]
        # Blocking costs as much as friction, for half of the orders.
        calls.append(
            (np.array([0.5, 0.5]), np.array([3000.0, 2000.0]), amount, 2 * (amount - gap), 0.0)
        )
    return calls


def _failed_scores(values):
    def draw(rng):
        p, amount = _orders(rng, 12)
        p[: len(values)] = values
        mixed = rng.permutation(12)
        return [_apart(p[mixed], amount[mixed], cost, 10.0, 0.3, 15.0) for cost in (2.0, 6.0)]

    return draw


cheapest_action = WriteIt(
    reference=reference.cheapest_action,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "each order gets the action with the least expected cost",
            lambda rng: [
                _apart(*_orders(rng), 5.0, 10.0, 0.25, 15.0),
                _apart(*_orders(rng), 3.0, 2.0, 0.4, 20.0),
                _apart(*_orders(rng), 8.0, 25.0, 0.1, 5.0),
                # Of small orders the fee decides, all of it.
                (rng.uniform(0.35, 0.43, 3).round(3), rng.integers(0, 9, 3) / 100, 5, 10, 0.25, 15),
                # So it does where nothing was paid.
                (rng.permutation([0.9, 0.4, 0.1]), np.zeros(3), 5, 10, 0.25, 15),
            ],
        ),
        Property(
            "no_fee",
            "without a fee a fraud that passes costs the goods alone",
            lambda rng: [
                _apart(*_orders(rng), 5.0, 10.0, 0.25),
                # Many orders cost less to block than to pass, and less to pass than to review.
                _apart(*_orders(rng), 20.0, 1.0, 0.6),
            ],
        ),
        Property(
            "small_risk_of_much",
            "1 % of a large amount may be worth a review, and one half of a small amount not",
            lambda rng: [
                _apart(p, amount.round(2), 5.0, 30.0, 0.2, 1.0)
                for p, amount in (
                    (rng.uniform(0.005, 0.03, 12).round(4), rng.uniform(100, 900, 12)),
                    (rng.uniform(0.3, 0.6, 12).round(3), rng.uniform(1, 10, 12)),
                )
            ],
        ),
        Property("equal_costs", "of equal costs the lower number is chosen", _equal_costs),
        Property(
            "nearly_equal_costs",
            "costs that differ by a part of a cent are not equal, however large they are",
            _nearly_equal,
        ),
        Property(
            "ends_are_probabilities",
            "0 and 1 are probabilities like all others",
            lambda rng: [
                # They may be whole numbers, and a review may cost less than a dollar.
                (np.repeat([zero, 1], 4), rng.uniform(20, 90, 8).round(2), review, 9.0, 0.3, 12.0)
                for zero, review in ((0.0, 7.0), (0, 0.5))
            ],
            stands="0 passes and 1 is blocked in each of its calls",
        ),
        Property(
            "nan_is_reviewed", "an order without a score is reviewed", _failed_scores([np.nan] * 5)
        ),
        Property(
            "no_probability_is_reviewed",
            "an order whose score is no probability is reviewed",
            _failed_scores([-0.1, 1.7, np.inf, -np.inf, 3.0]),
        ),
        Property(
            "whole_dollars",
            "amounts may be whole numbers of any type",
            lambda rng: [
                (_orders(rng, 20)[0], rng.integers(1, 250, 20, np.int32), 5, 10, 0.25, 15),
                # To pass costs part of a dollar more or less than a review, the last order 4.3.
                (
                    np.append(rng.uniform(0.3, 0.6, 29).round(4), 0.43),
                    np.append(rng.integers(6, 18, 29), 10),
                    4.5,
                    100,
                    0.0,
                ),
            ],
            stands="amounts that are floats elsewhere are whole numbers here",
        ),
    ),
    misconceptions=(
        wrong.whole_amount_lost,
        wrong.fee_forgotten,
        wrong.blocking_is_free,
        wrong.blocking_costs_always,
        wrong.review_paid_for_frauds,
        wrong.fixed_tiers,
        wrong.half_blocks,
        wrong.goods_cost_the_margin,
        wrong.fee_for_all,
        wrong.friction_for_all,
        wrong.ties_to_the_higher,
        wrong.floats_compared_exactly,
        wrong.near_is_equal,
        wrong.ends_are_no_probabilities,
        wrong.failed_scores_pass,
        wrong.any_number_is_a_probability,
    ),
)


# ---- matured_time_split ---------------------------------------------------------------------


def _days(rng, n=40):
    return rng.integers(0, 200, n)


def _on_the_boundaries(rng):
    cutoff, delay = int(rng.integers(80, 120)), int(rng.integers(10, 50))
    edges = np.array([0, -1, 1, -delay, -delay - 1, -delay + 1, delay, delay - 1, delay + 1])
    # Days may be counted from long ago.
    whole = [
        (rng.permutation(cutoff + edges) + start, cutoff + start, delay) for start in (0, 700_000)
    ]
    # Eighths of a day, without rounding: some orders lie hours from a boundary.
    return [*whole, (rng.permutation(cutoff + edges / 8), float(cutoff), delay / 8)]


def _without_delay(rng):
    t = rng.permutation(np.repeat(np.arange(45, 55), 2))
    return [(t, 50, 0), (t + 0.5, 50, 0)]


matured_time_split = WriteIt(
    reference=reference.matured_time_split,
    points=3,
    minutes=6,
    level="mid",
    properties=(
        Property(
            "values",
            "training rows have final labels, test rows come from the cutoff on",
            lambda rng: [
                (_days(rng), 100, 60),
                (_days(rng), 150, 30),
                (_days(rng) / 4, 30.5, 7.25),
                (_days(rng).astype(np.int32), 120, 45),
            ],
        ),
        Property(
            "part_of_a_day",
            "a delay may have a fraction of a day",
            lambda rng: [
                (rng.permutation(np.arange(50, 130) / 2), 60.0, 7.5),
                (rng.permutation(np.arange(120, 200) / 4), 45.0, 2.75),
            ],
        ),
        Property(
            "boundaries",
            "a label that is final on the day of the cutoff is final",
            _on_the_boundaries,
        ),
        Property(
            "never_in_both",
            "no row is in both parts, also with a delay of 0",
            _without_delay,
            stands="its two calls have the same rows in each part",
        ),
        Property(
            "empty_parts",
            "a part may be empty",
            lambda rng: [
                (rng.permutation(np.append(_days(rng), [0, 0, 5])), 20, 60),
                (_days(rng, 1), 500, 30),
                (np.zeros(0, int), 5, 1),
            ],
        ),
    ),
    misconceptions=(
        wrong.delay_ignored,
        wrong.delay_on_the_test,
        wrong.gap_on_both_sides,
        wrong.gap_tested,
        wrong.one_day_too_late,
        wrong.first_day_untested,
        wrong.both_at_no_delay,
        wrong.places_after_sorting,
        wrong.days_for_rows,
        wrong.masks_for_rows,
        wrong.rows_from_one,
        wrong.rows_in_order_of_time,
        wrong.taken_as_sorted,
        wrong.test_labels_final_too,
        wrong.whole_days_only,
        wrong.counted_from_the_last_order,
        wrong.first_of_equal_days,
        wrong.never_below_zero,
    ),
)


# ---- kill_matured_split ---------------------------------------------------------------------


def _with_pandas(t, cutoff, delay):
    """Right, by two filters of a table."""
    days = pd.Series(t)
    known = days[(t <= cutoff - delay) & days.lt(cutoff)]
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


def _night(rng, start):
    """Orders around the hour in which the clocks of Paris change."""
    time = pd.Timestamp(start, tz="UTC") + pd.to_timedelta(rng.integers(0, 48, 40) * 15, "min")
    entity = np.array(["ann", "bob"])[rng.integers(0, 2, 40)]
    return pd.DataFrame({"entity": entity, "time": time.tz_convert("Europe/Paris")})


def _sorted_log(rng):
    return _log(rng).sort_values("time", kind="stable")


def _at_the_edges(rng):
    steps = np.array([0, 0, 2, 2, 4, 5, 7, 9])
    time = pd.Timestamp("2017-05-05") + pd.to_timedelta(steps, "h")
    df = pd.DataFrame({"entity": ["ann"] * 8, "time": time})
    # Parts of a second: orders 0 and 1 are not at the same time.
    tables = [df, df.assign(time=time + pd.to_timedelta(np.arange(8) % 3 * 400, "ms"))]
    # Sixths of an hour are not exact as floats.
    sixths = df.assign(time=time[0] + pd.to_timedelta(np.arange(8) * 10, "min"))
    cases = [(each, hours) for each in tables for hours in (2, 5)] + [(sixths, 1)]
    return [(each.iloc[rng.permutation(8)], hours) for each, hours in cases]


def _half_minutes(rng):
    """Orders every half minute, and a window of 90 seconds."""
    time = pd.Timestamp("2017-05-05") + pd.to_timedelta(rng.permutation(7) * 30, "s")
    return pd.DataFrame({"entity": ["ann"] * 7, "time": time}), 0.025


def _tenths(rng):
    """Orders every tenth of an hour, which is no exact float, and a window of that length."""
    time = pd.Timestamp("2017-05-05") + pd.to_timedelta(rng.permutation(7) * 6, "min")
    return pd.DataFrame({"entity": ["ann"] * 7, "time": time}), 0.1


def _whole_seconds(rng):
    """Orders every three hours; of pandas' units the second is the coarsest."""
    time = pd.Timestamp("2017-05-05") + pd.to_timedelta(rng.permutation(6) * 3, "h")
    df = pd.DataFrame({"entity": ["ann"] * 6, "time": time})
    return df.astype({"time": "datetime64[s]"}), 5


velocity_count = WriteIt(
    reference=reference.velocity_count,
    points=4,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "the earlier orders of the same entity within the window are counted",
            # In the second call an order has many more before it than twenty.
            lambda rng: [(_log(rng), 3), (_log(rng, 60, 1, 12), 12), (_log(rng, 60, 6), 6)],
        ),
        Property(
            "sorted_input",
            "a table that is already sorted gives the same counts",
            lambda rng: [(_sorted_log(rng), 4), (_sorted_log(rng), 9)],
        ),
        Property(
            "half_open_window",
            "an order exactly ``hours`` ago counts, one at the same time does not",
            _at_the_edges,
        ),
        Property(
            "clocks_change",
            "an hour has 60 minutes, also in a night in which the clocks change",
            lambda rng: [
                (_night(rng, "2017-03-25 18:00"), 3),
                (_night(rng, "2017-10-28 18:00"), 2),
                (_night(rng, "2017-10-28 20:00"), 5),
            ],
        ),
        Property(
            "whole_days",
            "a window may be longer than a day, and an order of yesterday is no order of today",
            lambda rng: [(_log(rng, 60, 3, 200), 100), (_log(rng, 60, 3, 200), 3)],
        ),
        Property(
            "part_of_an_hour",
            "the window may be half an hour, or an hour and three quarters",
            lambda rng: [
                (_log(rng, 40, 2, 8), 0.5),
                (_log(rng, 40, 3, 12), 1.75),
                _half_minutes(rng),
                _tenths(rng),
            ],
        ),
        Property(
            "empty_and_alone",
            "an entity with one order has a count of 0, and an empty table gives an empty series",
            lambda rng: [
                (_log(rng, 6).assign(entity=rng.permutation(6)), 24),
                (_log(rng, 5).iloc[:0], 24),
            ],
        ),
        Property(
            "other_columns",
            "entities may be categories, times may have a time zone or be in whole seconds, an "
            "index may have duplicates",
            lambda rng: (
                [
                    (_log(rng).astype({"entity": "category", "time": "datetime64[ns]"}), 5),
                    (_log(rng).assign(entity=rng.integers(0, 4, 40)), 6),
                    (df.assign(time=df["time"].dt.tz_localize("Asia/Shanghai")), 5),
                    (df.set_axis(rng.integers(0, 9, 40)), 4),
                    _whole_seconds(rng),
                ]
                if (df := _log(rng)) is not None
                else []
            ),
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
        wrong.sorted_counts_on_old_index,
        wrong.all_of_the_moment_but_one,
        wrong.clock_on_the_wall,
        wrong.whole_hours_only,
        wrong.days_forgotten,
        wrong.written_by_label,
    ),
)


# ---- prior_correct --------------------------------------------------------------------------


def _chances(rng, n=20):
    return rng.beta(0.7, 1.5, n).round(4)


prior_correct = WriteIt(
    reference=reference.prior_correct,
    points=2,
    minutes=6,
    level="mid",
    properties=(
        Property(
            "values",
            "the honest orders that were dropped are counted again",
            lambda rng: [
                *(
                    (chances, float(k))
                    for chances in [_chances(rng)]
                    for k in rng.uniform(0.02, 0.6, 3).round(3)
                ),
                # Most of the honest orders may have been kept.
                (np.array([0.5, 0.9]), 0.8),
            ],
        ),
        Property(
            "one_in_a_million",
            "few honest orders may have been kept, and a probability may be close to 1",
            lambda rng: [
                (1 - np.append(rng.uniform(1, 9, 4), [0.0, 2e7]) / 1e8, kept)
                for kept in (1e-6, 1e-8)
            ],
        ),
        Property(
            "certain_stays_certain",
            "0 stays 0 and 1 stays 1",
            lambda rng: [
                *((rng.permutation([0.0, 1.0, 0.3, 1.0, 0.0]), k) for k in (0.1, 0.25)),
                # The model may be certain of every order.
                (np.ones(2), 0.1),
            ],
        ),
        Property(
            "whole_numbers",
            "probabilities may be whole numbers, 0 and 1",
            lambda rng: [(rng.permutation([0, 1, 1, 0, 1]).astype(k), 0.2) for k in (int, float)],
            stands="its result is 0 and 1 whatever is done with fractions",
        ),
        Property(
            "nothing_dropped",
            "if all honest orders were kept, nothing changes",
            lambda rng: [(_chances(rng, 8), 1.0), (_chances(rng, 8), 1)],
        ),
        Property(
            "one_at_a_time",
            "an order is corrected in the same way whatever the other orders are",
            lambda rng: [(_chances(rng, 1), 0.05), (_chances(rng, 2), 0.2)],
        ),
        Property(
            "no_orders",
            "no orders give no probabilities",
            lambda rng: [(np.zeros(0), 0.1)],
            stands="who divides by a mean or a sum meets an empty array here",
        ),
    ),
    misconceptions=(
        wrong.probability_times_share,
        wrong.corrected_the_wrong_way,
        wrong.odds_returned,
        wrong.left_as_it_was,
        wrong.frauds_thinned_too,
        wrong.dropped_for_kept,
        wrong.nan_where_certain,
        wrong.clipped_first,
        wrong.rounded_as_shown,
        wrong.rescaled_to_the_share,
    ),
)


# ---- weighted_rate --------------------------------------------------------------------------


def _logged(rng, n=60, share=0.2, kind=float):
    """Suspicious orders are blocked but for a few; half of them are frauds."""
    suspicious = rng.permutation(n) < n // 3
    y = (rng.random(n) < np.where(suspicious, 0.5, 0.05)).astype(float)
    prob = np.where(suspicious, share, 1.0)
    passed = ~suspicious | (rng.random(n) < 0.4)
    passed[np.flatnonzero(suspicious)[:3]] = [True, True, False]
    y[np.flatnonzero(suspicious)[:2]] = [1, 0]
    y[~passed] = np.nan
    return y, prob.astype(kind)


def _several_chances(rng):
    y, prob = _logged(rng)
    few = np.where(rng.random(60) < 0.3, 0.04, 1.0)
    chances = np.where(prob < 1, rng.uniform(0.06, 0.9, 60).round(3) * few, prob)
    # Chances far below one in a hundred.
    order = rng.permutation(5)
    small = np.array([1, 0, 0, 1, np.nan])[order], np.array([2e-4, 3e-3, 1, 0.25, 1e-4])[order]
    # All of them passed, and not all of them were sure to.
    lucky = rng.permutation(2), np.array([1, 0.25])
    return [(y, chances), small, lucky]


weighted_rate = WriteIt(
    reference=reference.weighted_rate,
    points=2,
    minutes=6,
    level="mid",
    properties=(
        Property(
            "values",
            "each labelled order counts as many times as it stands for",
            lambda rng: [_logged(rng), _logged(rng, 90, 0.1), _logged(rng, 60, 0.5)],
        ),
        Property("each_its_own_chance", "every order has its own chance", _several_chances),
        Property(
            "nothing_blocked",
            "if every order passes, the rate is the mean of the labels",
            lambda rng: [
                ((rng.permutation(20) < n).astype(kind), np.ones(20, dtype=whole))
                for n, kind, whole in ((6, float, float), (3, int, int))
            ],
        ),
        Property(
            "from_0_to_1",
            "the rate is 1 if every labelled order is a fraud, and 0 if none is",
            lambda rng: [
                (np.array([fraud, fraud, np.nan, np.nan, fraud]), rng.uniform(0.1, 0.9, 5).round(2))
                for fraud in (1, 0)
            ],
        ),
        Property(
            "nan_without_labels",
            "without any label the rate is NaN",
            lambda rng: [(np.full(4, np.nan), np.full(4, 0.1)), (np.zeros(0), np.zeros(0))],
            stands="its result is NaN whatever the chances are",
        ),
    ),
    misconceptions=(
        wrong.mean_of_the_labelled,
        wrong.blocked_are_honest,
        wrong.times_the_chance,
        wrong.divided_by_all,
        wrong.random_passes_alone,
        wrong.sure_passes_alone,
        wrong.divided_by_the_labelled,
        wrong.blocked_counted_once_more,
        wrong.blocked_are_frauds,
        wrong.frauds_alone_weighted,
        wrong.mean_of_the_chances,
        wrong.weights_of_the_unlabelled,
        wrong.zero_without_labels,
    ),
)


# ---- ring_of --------------------------------------------------------------------------------


def _uses(rng, n=24, chain=5):
    """Some pairs, a chain of accounts, a device of exactly four, and a locker that many use."""
    names = rng.permutation(n) * 3 + 11
    rows = []
    for i, (a, b) in enumerate(zip(names[:6:2], names[1:6:2], strict=True)):
        rows += [(a, "device", f"d{i}"), (b, "device", f"d{i}"), (a, "device", f"d{i}")]
    for i in range(6, 6 + chain - 1):
        kind = "address" if i % 2 else "device"
        rows += [(names[i], kind, f"c{i}"), (names[i + 1], kind, f"c{i}")]
    four = 6 + chain
    rows += [(a, "device", "shared") for a in names[four : four + 4]]
    rows += [(a, "address", "locker") for a in names]
    rows += [(a, "device", f"own {a}") for a in names]
    table = pd.DataFrame(rows, columns=["account", "kind", "value"])
    return table.iloc[rng.permutation(len(table))].reset_index(drop=True)


def _with_account(table, number):
    """The same uses, with an account of this number in the chain."""
    one = table.loc[table["value"] == "c7", "account"].iloc[0]
    return table.assign(account=table["account"].replace(one, number))


def _alone(rng, table):
    """Accounts that are in no ring, in any order."""
    ring = reference.ring_of(table, 4)
    return rng.permutation(ring.index[~ring.duplicated(keep=False)])


def _nearly_the_same(rng):
    """Values that differ in a capital letter or a space."""
    table = _uses(rng, 18, 3)
    own = [f"own {account}" for account in _alone(rng, table)[:3]]
    texts = dict(zip(own, ["X7", "x7", "x7 "], strict=True))
    return table.assign(value=table["value"].replace(texts))


def _often_used(rng):
    """One account uses a device many times, together with one other."""
    table = _uses(rng)
    pair = _alone(rng, table)
    often = pd.DataFrame({"account": [pair[0]] * 9 + [pair[1]], "kind": "device", "value": "often"})
    return [(pd.concat([table, often], ignore_index=True), 4)]


def _unknown_values(rng):
    table = _uses(rng)
    own = [f"own {account}" for account in _alone(rng, table)[:7]]
    unknown = table["value"].isin(own[:3])
    # A text is a value, also one that reads as if it were missing.
    texts = dict(zip(own[3:], ["nan", "nan", "None", "None"], strict=True))
    known = table.assign(value=table["value"].replace(texts).mask(unknown))
    # Of the account 5 nothing is known.
    return [(pd.concat([known, pd.DataFrame({"account": [5], "kind": "device"})]), 4)]


def _same_text(rng):
    """Values of two kinds with the same text; and kinds of which one begins with the other."""
    calls = []
    for kinds, values in (
        (["device", "address"], ["7", "7"]),
        (["card", "cards", "ip", "ip_home"], ["s12", "12", "home_12", "12"]),
    ):
        table = _uses(rng)
        alone = _alone(rng, table)[: len(kinds)]
        own = table["value"].isin([f"own {account}" for account in alone])
        table.loc[own, "value"] = values
        table.loc[own, "kind"] = kinds
        calls.append((table, 4))
    return calls


def _hubs_of_one_kind(rng):
    """Three accounts share a device, and three others an address with the same text."""
    table = _uses(rng)
    alone = _alone(rng, table)[:6]
    more = pd.DataFrame({"account": alone, "kind": ["device", "address"] * 3, "value": "12"})
    return [(pd.concat([table, more], ignore_index=True), 4)]


ring_of = WriteIt(
    reference=reference.ring_of,
    points=4,
    minutes=18,
    level="mid",
    properties=(
        Property(
            "values",
            "linked accounts have the smallest number of their ring, and hubs link nobody",
            # The account 9 is the smallest of its ring, and as a text it is not.
            lambda rng: [(_with_account(_uses(rng, 30, 9), 9), 6), (_nearly_the_same(rng), 4)],
        ),
        Property(
            "links_go_on",
            "a long chain of links is one ring",
            lambda rng: [(_with_account(_uses(rng, 24, 13), 0), 4)],
        ),
        Property(
            "limit_belongs",
            "a thing that exactly ``most`` accounts used still links them",
            lambda rng: [(_uses(rng), 2)],
        ),
        Property("accounts_not_uses", "an account counts once for each thing", _often_used),
        Property("unknown_links_nobody", "a missing value links nobody", _unknown_values),
        Property("kinds_apart", "things of two kinds are never the same thing", _same_text),
        Property(
            "hubs_of_one_kind",
            "how many accounts used a thing is counted for each kind and value",
            _hubs_of_one_kind,
        ),
        Property(
            "nobody_and_alone",
            "an empty table gives an empty series, one account is its own ring",
            lambda rng: [(_uses(rng).iloc[:0], 3), (_uses(rng).iloc[:1], 3), (_uses(rng), 1)],
        ),
    ),
    misconceptions=(
        wrong.hubs_link_all,
        wrong.hub_from_the_limit_on,
        wrong.uses_counted,
        wrong.missing_is_a_value,
        wrong.kinds_mixed_up,
        wrong.kind_and_value_glued,
        wrong.hubs_counted_over_kinds,
        wrong.one_step_only,
        wrong.few_steps_only,
        wrong.users_of_hubs_taken_out,
        wrong.rings_counted_up,
        wrong.named_after_the_first,
        wrong.order_of_appearance,
        wrong.alone_left_out,
        wrong.sizes_for_rings,
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
    # Scores below 0, so that an order without one is not the last.
    below = (-abs(few), ano - 90)
    # A score of 0 is a score: order 3 has no other. The detector's spare place comes at the end.
    nil = np.array([0.5, 0.25, np.nan, 0.0]), np.array([np.nan, 0.0, 2.0, np.nan])
    # The one list has no place of its own, and fills those of the other.
    short, whole = np.array([0.5, np.nan, np.nan]), np.array([1.0, 2.0, 3.0])
    return [
        (few, ano, 8, 0.25),
        (sup, fewer, 6, 0.5),
        (sup, fewer, 8, 0.75),
        (few, fewer, 9, 0.5),
        (*below, 6, 0.5),
        (*nil, 4, 0.75),
        (short, whole, 2, 0.0),
        (whole, short, 2, 1.0),
    ]


review_queue = WriteIt(
    reference=reference.review_queue,
    points=3,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "the model's orders come first, then the detector's",
            lambda rng: [
                (*_two_lists(rng), 8, 0.25),
                (*_two_lists(rng), 10, 0.5),
                (*_two_lists(rng, 40), 16, 0.75),
                # The log odds of a certain fraud are infinite, and a score like others.
                (np.array([2.0, np.inf, 3.0]), np.array([1.0, 2.0, 3.0]), 2, 0.5),
            ],
        ),
        Property(
            "no_order_twice",
            "no order is in the queue twice, and no place is lost",
            _wanted_by_both,
        ),
        Property(
            "share_rounded_down",
            "a part of a place is not a place, and 29 % of 100 places are 29",
            lambda rng: [
                (*_two_lists(rng), 7, 0.25),
                (*_two_lists(rng), 7, 0.5),
                (*_two_lists(rng), 9, 0.25),
                (*_two_lists(rng), 5, 0.25),
                (*_two_lists(rng, 130), 33, 0.03),
                # Two lists in opposite order: each place tells whose it is.
                (*np.outer([1, -1], rng.permutation(130) / 130), 100, 0.29),
                (*_two_lists(rng, 130), 100, 0.57),
            ],
        ),
        Property(
            "all_or_nothing",
            "a mix of 0 or 1 leaves one list, a budget of 0 an empty queue",
            lambda rng: [
                (*_two_lists(rng), 6, 0.0),
                (*_two_lists(rng), 6, 1.0),
                (*_two_lists(rng), 0, 0.5),
            ],
        ),
        Property(
            "filled_up",
            "the other list fills the places that one list cannot fill",
            _lists_that_end,
        ),
        Property(
            "more_places_than_orders",
            "with more places than orders every order is reviewed once",
            lambda rng: [
                *((*_two_lists(rng, n), 10, 0.5) for n in (6, 0)),
                # Two lists in opposite order.
                (*np.outer([1, -1], rng.permutation(7) / 8), 10, 0.3),
            ],
        ),
        Property(
            "ties_by_number",
            "of equal scores the lower number comes first",
            lambda rng: [
                (*rng.integers(0, 3, (2, 30)).astype(float), 12, 0.5),
                (*rng.integers(0, 3, (2, 40)), 15, 0.4),
            ],
        ),
    ),
    misconceptions=(
        wrong.raw_scores_added,
        wrong.same_order_twice,
        wrong.places_left_empty,
        wrong.anomalies_first,
        wrong.mix_of_the_model,
        wrong.share_rounded_up,
        wrong.share_rounded_to_the_nearest,
        wrong.place_lost_to_a_float,
        wrong.unscored_first,
        wrong.unscored_last,
        wrong.unscored_is_zero,
        wrong.not_filled_up,
        wrong.filled_up_by_the_model_alone,
        wrong.filled_up_by_the_detector_alone,
        wrong.higher_number_first,
        wrong.in_order_of_rows,
    ),
)


# ---- risk_scores ----------------------------------------------------------------------------

risk_scores = BeatIt(
    reference=reference.risk_scores,
    points=5,
    minutes=20,
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
