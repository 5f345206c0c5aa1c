"""The exercises on coupons under one budget, in teaching order."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pandas as pd

from solutions.budget_allocation import misconceptions as wrong
from solutions.budget_allocation import reference
from utils.exercises import BeatIt, BreakIt, Call, Metric, Property, WriteIt, WriteTheTest
from utils.exercises.equality import is_number
from utils.holdout import coupons as holdout

# ---- break_budget ---------------------------------------------------------------------------


def _numbers(values, n, low, high):
    return (
        isinstance(values, (list, tuple, np.ndarray))
        and len(values) == n
        and all(is_number(v) and low <= v <= high for v in values)
    )


def _problem_with_the_form(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 3:
        return "return three values: p, order_value and budget"
    p, order_value, budget = arguments
    if not isinstance(p, (tuple, list, np.ndarray)) or not 2 <= len(p) <= 4:
        return "p has a row for each of 2 to 4 users"
    if not all(_numbers(row, 3, 0, 1) for row in p):
        return "a row of p has three chances between 0 and 1"
    if any(row[0] > row[1] or row[1] > row[2] for row in p):
        return "a row of p never falls"
    if any(row[1] <= 0 for row in p):
        return "the last two chances of a row of p are above 0"
    if not _numbers(order_value, len(p), 1, 100):
        return "order_value has a number from 1 to 100 for each user"
    if not _numbers([budget], 1, 0, 200):
        return "the budget is a number from 0 to 200"
    return ""


def _problem_with_users(arguments):
    if problem := _problem_with_the_form(arguments):
        return problem
    p, order_value, budget = arguments
    gain, cost = wrong.true_tables(p, order_value)
    plans = itertools.product(range(3), repeat=len(p))
    best = max(
        sum(row[j] for row, j in zip(gain, plan, strict=True))
        for plan in plans
        if sum(row[j] for row, j in zip(cost, plan, strict=True)) <= budget + 1e-9
    )
    if wrong.correct(p, order_value, budget)[0] < best - 1e-6:
        return "steps by ratio reach the best plan: otherwise a flawed plan could win by luck"
    return ""


break_budget = BreakIt(
    reference=reference.break_budget,
    points=3,
    minutes=30,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_users,
    form=_problem_with_the_form,
    misconceptions=(
        wrong.one_small_budget_for_all,
        wrong.money_for_everybody,
        wrong.no_money_at_all,
        wrong.chances_that_fall,
        wrong.a_crowd,
        wrong.chances_alone,
    ),
)


# ---- gain_and_cost --------------------------------------------------------------------------


def _chances(rng, n_users, n_faces, harm=False):
    """Chances that never fall, as lists of rows; with harm, the second is below the first."""
    p = np.sort(rng.integers(1, 98, (n_users, n_faces)), axis=1) / 100
    if harm:
        p[:, [0, 1]] = p[:, [1, 0]]
    return p.tolist()


def _values(rng, n_users):
    return rng.integers(5, 90, n_users).tolist()


def _in_thousandths(rng):
    """Rates of less than a hundredth: a coupon costs parts of a cent."""
    p = np.sort(rng.integers(1, 9, (4, 3)), axis=1) / 1000
    return p.tolist(), (rng.integers(500, 9000, 4) / 100).tolist(), _faces(rng, 3)


def _faces(rng, n_faces):
    return [0, *np.cumsum(rng.integers(2, 9, n_faces - 1)).tolist()]


gain_and_cost = WriteIt(
    reference=reference.gain_and_cost,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "more sales than without a coupon, and the face value times the chance to buy with it",
            lambda rng: (
                [
                    (_chances(rng, n, m), _values(rng, n), _faces(rng, m))
                    for n, m in ((5, 3), (7, 4), (1, 2))
                ]
                + [_in_thousandths(rng)]
            ),
        ),
        Property(
            "certain",
            "chances may be the whole numbers 0 and 1",
            lambda rng: [
                (np.sort(rng.integers(0, 2, (5, 3)), axis=1), [2.5, 7.25, 0.5, 9.75, 3.5], faces)
                for faces in ([0, 0.5, 2], [0, 2, 3.25])
            ],
        ),
        Property(
            "square",
            "as many users as face values: each user keeps her own order value",
            lambda rng: [
                (np.array(_chances(rng, n, n)), np.array(_values(rng, n)), _faces(rng, n))
                for n in (3, 4)
            ],
        ),
        Property(
            "harm_stays_negative",
            "a coupon that puts a user off has a gain below 0",
            lambda rng: [
                (_chances(rng, n, m, harm=True), _values(rng, n), _faces(rng, m))
                for n, m in ((4, 3), (6, 4))
            ],
        ),
        Property(
            "nobody_moved",
            "a coupon that changes nothing gains nothing and still costs",
            lambda rng: [([[0.1] * 4] * 7, [0.1] * 7, _faces(rng, 4)) for _ in range(2)],
        ),
    ),
    misconceptions=(
        wrong.cost_is_face,
        wrong.cost_only_of_new_buyers,
        wrong.sales_not_incremental,
        wrong.net_of_cost,
        wrong.relative_uplift,
        wrong.difference_to_the_face_below,
        wrong.harm_cut_off,
        wrong.gain_in_purchases,
        wrong.first_user_subtracted,
        wrong.values_along_the_faces,
        wrong.cost_first,
        wrong.no_coupon_left_out,
        wrong.usual_faces,
        wrong.cost_without_the_coupon,
        wrong.chances_overwritten,
    ),
)


# ---- monotone_response ----------------------------------------------------------------------


def _rates(rng, n, noise=12):
    rate = np.linspace(20, 60, n) + rng.integers(-noise, noise + 1, n)
    # Somewhere in the middle two are in the wrong order, and the last is the highest.
    pair = [n // 2 - 1, n // 2]
    rate[pair] = -np.sort(-rate[pair]) + np.array([3, 0])
    rate[-1] = 90
    return (rate / 100).tolist(), rng.integers(1, 400, n).tolist()


def _backwards(rng):
    """Each new rate is below all but the first: one pass of pooling is not enough."""
    high, low = float(rng.integers(40, 60)) / 100, float(rng.integers(1, 5)) / 100
    rate = [0.05, high, high - 0.1, low, 0.7 + low]
    return [(rate, [100] * 5), (rate, rng.integers(50, 300, 5).tolist())]


def _series_of_rates(rng, labels):
    rate, n = _rates(rng, len(labels), 25)
    return pd.Series(rate, index=labels), pd.Series(n, index=labels[::-1])


monotone_response = WriteIt(
    reference=reference.monotone_response,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "rates in the wrong order are pooled, others are kept",
            lambda rng: (
                [_rates(rng, 5), _rates(rng, 8, 25), _rates(rng, 12, 40)]
                # A small fall is a fall.
                + [([0.1, 0.3, 0.3 - 1 / n, 0.5], [n, 2 * n, n, n]) for n in (1000, 20_000)]
            ),
        ),
        Property(
            "already_monotone",
            "rates that never fall are left as they are",
            lambda rng: [
                (sorted((rng.integers(1, 90, 6) / 100).tolist()), rng.integers(1, 99, 6).tolist()),
                ([0.1] * 7, [3] * 7),
            ],
        ),
        Property(
            "weights",
            "a rate counts as much as users stand behind it",
            lambda rng: [
                ([0.1, 0.5, 0.2, 0.6], [100, few, 1000, 10])
                for few in rng.integers(1, 50, 2).tolist()
            ],
        ),
        Property(
            "pools_backwards",
            "a pool whose mean falls below the pool before it is pooled with it",
            _backwards,
        ),
        Property(
            "equal_weights",
            "with as many users at each rate a pool is their plain mean",
            lambda rng: [(_rates(rng, n, 30)[0], [50] * n) for n in (7, 9)],
        ),
        Property(
            "all_falling",
            "rates that only fall become one mean",
            lambda rng: [
                ([0.6, 0.5, 0.3, 0.2], rng.integers(1, 100, 4).tolist()),
                (np.array([0.9, 0.7, 0.4]), rng.integers(1, 100, 3)),
            ],
        ),
        Property(
            "whole_numbers",
            "rates of 0 and 1 have a mean in between",
            lambda rng: [
                ([0, 1, 0, 1], rng.integers(2, 100, 4).tolist()),
                (np.array([1, 0, 0, 1]), rng.integers(2, 100, 4)),
            ],
        ),
        Property(
            "by_face_value",
            "rates in a Series are taken in their order, whatever its labels are",
            lambda rng: [_series_of_rates(rng, [0, 5, 10, 20, 30]) for _ in range(2)],
        ),
        Property("empty", "no rates give no curve", lambda rng: [([], [])]),
    ),
    misconceptions=(
        wrong.running_maximum,
        wrong.running_minimum,
        wrong.mean_of_both,
        wrong.rates_sorted,
        wrong.unweighted,
        wrong.one_pass,
        wrong.all_pooled,
        wrong.falling,
        wrong.weight_of_a_pool_not_added,
        wrong.users_squared,
        wrong.users_rooted,
        wrong.pool_counted_once,
        wrong.direction_from_the_rates,
        wrong.rates_kept_whole,
        wrong.labels_taken_for_places,
        wrong.empty_fails,
    ),
)


# ---- efficient_steps ------------------------------------------------------------------------

# Eighths, so that ratios which should be equal are, and sums are exact.


def _user(rng, n_faces=5, harm=False):
    """One user: costs rise, gains go up and down."""
    extra = rng.integers(2, 17, n_faces - 1) / 8
    more = rng.integers(-10, 40, n_faces - 1) / 8
    if not harm and more[0] <= 0:
        more[0] = 1.5
    return [0.0, *np.cumsum(more).tolist()], [0.0, *np.cumsum(extra).tolist()]


def _s_shaped_user(rng):
    """The first coupon gains a little, the second much, the third a little again."""
    small, much, last = (int(rng.integers(*ends)) / 8 for ends in ((1, 4), (40, 80), (1, 5)))
    return [0.0, small, small + much, small + much + last], [0.0, 1.25, 3.5, 6.0]


def _level_user(rng):
    """Steps of equal ratio, then a worse one."""
    ratio = float(2.0 ** rng.integers(0, 3))
    cost = [0.0, 1.0, 2.5, 4.0, 8.0]
    gain = [ratio * c for c in cost[:-1]]
    return [*gain, gain[-1] + ratio], cost


def _equal_on_paper(rng):
    """Steps of equal ratio whose floats differ in the last digit, then a worse one."""
    cases: list[tuple] = []
    while len(cases) < 3:
        ratio, tenths = int(rng.integers(11, 49)) / 10, np.cumsum(rng.integers(1, 5, 3)) / 10
        cost = [0.0, *tenths.tolist(), 4.0]
        gain = [ratio * c for c in cost[:-1]]
        case = [*gain, gain[-1] + 1], cost
        if wrong.compared_to_the_last_digit(*case) != reference.efficient_steps(*case):
            cases.append(case)
    return cases


def _nearly_equal(rng):
    """The farther of two steps is worse by a relative 2.5e-10, or 2.5e-6."""
    return [
        ([0.0, 2 * ratio, (4 - tiny) * ratio, 4.1 * ratio], [0.0, 2.0, 4.0, 8.0])
        for ratio in (float(rng.integers(1, 5)), int(rng.integers(1, 5)) / 1e4)
        for tiny in (1e-9, 1e-5)
    ]


efficient_steps = WriteIt(
    reference=reference.efficient_steps,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "at each step the best extra gain per extra cost",
            lambda rng: (
                [_user(rng) for _ in range(4)]
                + [_user(rng, 8) for _ in range(3)]
                + [tuple(map(np.array, _user(rng, 6)))]
            ),
        ),
        Property(
            "s_shaped",
            "a face value with a poor ratio on the way to a good one is skipped",
            lambda rng: [_s_shaped_user(rng) for _ in range(3)],
        ),
        Property(
            "extra_not_average",
            "after the first step the extra gain and the extra cost count, not the totals",
            lambda rng: [
                *(
                    ([0.0, 4.0 * k, 4.0 * k + 1, 4.0 * k + 3], [0.0, 1.0, 2.0, 3.0])
                    for k in rng.integers(1, 9, 2).tolist()
                ),
                ([0.0, 4.0, 5.0, 7.0], [0.0, 1.0, 2.0, 4.5]),
            ],
        ),
        Property(
            "equal_ratios",
            "of equal ratios the step leads to the farthest face value",
            lambda rng: [_level_user(rng) for _ in range(3)],
        ),
        Property(
            "equal_on_paper",
            "ratios are equal to a relative 1e-12, whatever their last digits are",
            _equal_on_paper,
        ),
        Property(
            "nearly_equal",
            "a ratio that is worse by a relative 1e-10 or more is not equal",
            _nearly_equal,
        ),
        Property(
            "harm_only",
            "a user whom every coupon puts off has no steps",
            lambda rng: [
                ([0.0, -0.5, -1.0, -0.25], [0.0, 1.0, 2.0, float(c)]) for c in rng.integers(3, 9, 2)
            ],
            stands="Without any steps there is one answer only.",
        ),
        Property(
            "harm_beyond",
            "no step leads to a face value that gains less or the same",
            lambda rng: [
                ([0.0, g, g - 1, g], [0.0, 1.5, 2.5, 4.0]) for g in rng.integers(2, 9, 3).tolist()
            ],
        ),
        Property(
            "harm_first",
            "a small coupon may put a user off whom a larger one wins",
            lambda rng: [
                ([0.0, -0.5, g, g + 0.5], [0.0, 1.5, 2.5, 4.0])
                for g in rng.permutation(np.arange(2, 9))[:2].tolist()
            ],
        ),
    ),
    misconceptions=(
        wrong.average_ratios,
        wrong.neighbour_steps,
        wrong.only_dominated_removed,
        wrong.first_step_only,
        wrong.stops_at_first_bend,
        wrong.totals_not_extras,
        wrong.largest_gain_at_once,
        wrong.losses_kept,
        wrong.nearest_of_equals,
        wrong.compared_to_the_last_digit,
        wrong.compared_too_roughly,
        wrong.places_counted_from_the_step_before,
        wrong.gain_before_cost,
        wrong.stops_below_one,
        wrong.ratios_for_gains,
    ),
)


# ---- allocate_budget ------------------------------------------------------------------------


def _users(rng, n=12, n_faces=4, make=_user):
    rows = [make(rng, n_faces) if make is _user else make(rng) for _ in range(n)]
    return [gain for gain, _ in rows], [cost for _, cost in rows]


def _whole_cost(gain, cost):
    """What it costs to take every efficient step of everybody."""
    rows = zip(gain, cost, strict=True)
    return sum(extra for row in rows for _, extra, _ in reference.efficient_steps(*row))


def _world(rng, part, n=12, n_faces=4, make=_user):
    """Users and a budget that pays for a part of all steps; not a multiple of an eighth."""
    gain, cost = _users(rng, n, n_faces, make)
    return gain, cost, round(part * _whole_cost(gain, cost) + 0.03, 2)


def _in_arrays(world):
    """Users in arrays; the budget stays a number."""
    gain, cost, budget = world
    return np.array(gain), np.array(cost), budget


def _upgrades(rng, n=8):
    """The second coupon of a user is better than the first of another."""
    first, more = (rng.integers(6, 30, (2, n)) / 2).tolist()
    gain = [[0, a, a + b] for a, b in zip(first, more, strict=True)]
    return gain, [[0, 2, 4]] * n, float(2 * n + 1)


def _too_large_in_between(rng):
    """A step that does not fit, and smaller ones behind it that would."""
    n = 6
    gain = [[0.0, 40.0 - k] for k in range(n)]
    cost = [[0.0, 4.0] for _ in range(n)]
    at = int(rng.integers(2, 4))
    cost[at], gain[at] = [0.0, 40.0], [0.0, 380.0 - at]
    return gain, cost, 4.0 * (at + 2)


def _exact(rng, fit):
    """The last step uses up the budget, with numbers that are not exact in binary.

    Added up, 3 times a tenth is more than 0.3; multiplied, 6 times a tenth is more than 0.6.
    """
    n = fit + int(rng.integers(1, 4))
    return [[0, 0.3 - k / 100] for k in range(n)], [[0, 0.1]] * n, fit / 10


allocate_budget = WriteIt(
    reference=reference.allocate_budget,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the steps of all users together, the best ratio first",
            lambda rng: (
                [_world(rng, part) for part in (0.2, 0.4, 0.6, 0.8)]
                + [_in_arrays(_world(rng, 0.5, 20, 3))]
                # Ratios that differ by little are not equal.
                + [([[0, 2.0], [0, 2.0 + 1e-13]], [[0, 1], [0, 1]], 1.0)]
            ),
        ),
        Property(
            "upgrades",
            "an upgrade of one user competes with the first coupon of another, at its extra cost",
            lambda rng: (
                [_upgrades(rng) for _ in range(2)]
                # Whole gains, whose ratios are not whole.
                + [([[0, 4, 5], [0, 6, 11]], [[0, 2, 4]] * 2, 5)]
            ),
        ),
        Property(
            "hull",
            "where the first coupon does little, the step across it counts",
            lambda rng: [_world(rng, part, make=_s_shaped_user) for part in (0.3, 0.5, 0.7)],
        ),
        Property(
            "all_affordable",
            "with money for all, everybody takes her steps to the end and no further",
            lambda rng: [_world(rng, 2.0)],
        ),
        Property(
            "stops_at_first",
            "the first step that does not fit is the end",
            lambda rng: [
                *(_too_large_in_between(rng) for _ in range(2)),
                # Both faces have the same ratio: the step leads to the farther one.
                ([[0, 2, 4], [0, 1, 1.5]], [[0, 1, 2], [0, 1, 2]], 1.5),
                # A twentieth of a cent beyond a million does not fit.
                ([[0, 5.0], [0, 3.0]], [[0, 400_000.0], [0, 600_000.0005]], 1e6),
                # The room for rounding is there once, not for each step.
                ([[0, 1.0]] * 2, [[0, 6e-10]] * 2, 0.0),
            ],
        ),
        Property(
            "no_budget",
            "without money nobody gets a coupon",
            lambda rng: [(*_users(rng), 0.0)],
            stands="The smallest budget that the contract allows.",
        ),
        Property(
            "exact_budget",
            "a step that uses up the budget to the last cent fits",
            lambda rng: (
                [_exact(rng, fit) for fit in (3, 6)] + [([[0, 1]] * 7, [[0, 0.1]] * 7, 0.3)]
            ),
        ),
        Property(
            "lower_user_first",
            "of equal ratios the lower user comes first",
            lambda rng: (
                [([[0, 3, 4]] * n, [[0, 2, 4]] * n, n + 1.0) for n in (5, 9)]
                + [([[0, 4], [0, 2], [0, 8]] * 3, [[0, 2], [0, 1], [0, 4]] * 3, 9.0)]
                + [([[0, 0.5, 4], [0, 2, 2.5]] * 2, [[0, 1, 2]] * 4, b) for b in (2.0, 4.0)]
                # An upgrade of the lower user before the first coupon of another.
                + [([[0, 4, 6], [0, 2, 2.5]] * 2, [[0, 1, 2]] * 4, b) for b in (3.0, 4.0)]
            ),
        ),
        Property(
            "harm",
            "nobody gets a coupon that puts her off",
            lambda rng: (
                [
                    (
                        rng.permutation(
                            [[0, -1, -2], [0, 3, 1], [0, -1, g], [0, -2, -1], [0, 2, g]]
                        ),
                        np.array([[0, 1, 2]] * 5),
                        20,
                    )
                    for g in rng.integers(5, 9, 3)
                ]
                # Nobody has a step at all.
                + [([[0, -1, -2], [0, -3, 0]], [[0, 1, 2]] * 2, 20)]
            ),
        ),
    ),
    misconceptions=(
        wrong.best_ratio_never_upgraded,
        wrong.largest_gain_first,
        wrong.first_come_first_served,
        wrong.one_face_value_by_ratio,
        wrong.upgrade_charged_in_full,
        wrong.no_hull,
        wrong.last_step_overspends,
        wrong.largest_step_first,
        wrong.goes_on_after_the_first,
        wrong.price_rule_drops_ties,
        wrong.no_room_for_rounding,
        wrong.budget_never_used_up,
        wrong.higher_user_first,
        wrong.equal_ratios_by_size,
        wrong.equal_ratios_by_face,
        wrong.first_coupons_before_upgrades,
        wrong.upgrades_by_average_ratio,
        wrong.costs_returned,
        wrong.steps_counted,
        wrong.served_or_not,
    ),
)


# ---- price_of_budget ------------------------------------------------------------------------


def _near(call: Call) -> bool:
    return bool(abs(call.value - call.expected) <= 1e-6 * max(1.0, call.expected))


def _near_and_within(call: Call) -> bool:
    gain, cost, budget = call.args
    spend = reference._spend_at(np.array(gain), np.array(cost), float(call.value))
    return _near(call) and spend <= budget + 1e-9


def _same_price(expected, got):
    if math.isinf(expected):
        return bool(got == expected)
    return bool(abs(got - expected) <= 1e-6 * max(1.0, expected))


def _in_cents(rng):
    gain, cost, budget = _world(rng, 0.4)
    return [[100 * g for g in row] for row in gain], cost, budget


def _cheap_gains(rng):
    """Gains far below the costs; the face that costs least brings most."""
    gain = [[0.0, *(rng.permutation([3, 2])[:1] / 8).tolist(), 0.1] for _ in range(6)]
    return gain, [[0.0, 1.25, 4.0] for _ in gain]


def _equal_users(rng):
    """Users of few kinds, with ratios that are exact: at the price of a kind all of it buys."""
    kinds = rng.permutation([0.5, 1.0, 2.0, 4.0]).tolist()
    gain = [[0.0, 2 * k, 2.5 * k] for k in kinds] * 5
    cost = [[0.0, 2.0, 4.0] for _ in gain]
    return gain, cost, float(rng.integers(12, 37))


price_of_budget = WriteIt(
    reference=reference.price_of_budget,
    points=4,
    minutes=15,
    level="mid",
    agrees=_same_price,
    properties=(
        Property(
            "values",
            "the least price at which the users spend no more than the budget",
            lambda rng: (
                [_world(rng, part) for part in (0.15, 0.3, 0.5, 0.7)]
                + [_in_arrays(_world(rng, 0.4, 30, 5))]
                # All gains together are less than the budget, and the costs are not.
                + [(*_cheap_gains(rng), 6.0)]
                # The largest coupon puts some off whom a small one wins.
                + [([[0, 4, -1], [0, 5, 7]] * n, [[0, 1, 2]] * 2 * n, float(n)) for n in (2, 3)]
            ),
            _near,
        ),
        Property(
            "small_unit",
            "a price may be far above 1: gains in cents, costs in dollars",
            lambda rng: [_in_cents(rng) for _ in range(2)],
            _near,
        ),
        Property(
            "not_binding",
            "when there is money for all, one more dollar brings nothing and the price is 0",
            lambda rng: (
                [_world(rng, part) for part in (1.0, 1.5, 3.0)]
                + [([[0, -1, -2]] * 3, [[0, 1, 2]] * 3, 0.0)]
                # Of two coupons that gain the same there is money for the cheaper one.
                + [([[0, 5, 5]], [[0, 1, 3]], 1)]
                # Whom every coupon puts off costs nothing.
                + [([[0, -1], [0, 4]], [[0, 2], [0, 2]], 2.0)]
            ),
            _near,
            stands="The price is 0 in each of its calls.",
        ),
        Property(
            "ties",
            "where many users are equal, the users spend no more than the budget at the price",
            lambda rng: (
                [_equal_users(rng) for _ in range(4)]
                # A third cannot be rounded down.
                + [([[0, 1.0]] * n, [[0, 3.0]] * n, n - 1.0) for n in (1, 3)]
            ),
            _near_and_within,
        ),
        Property(
            "s_shaped",
            "a skipped face value sets no price",
            lambda rng: [_world(rng, part, make=_s_shaped_user) for part in (0.3, 0.6)],
            _near,
        ),
        Property(
            "no_budget",
            "without money the price is so high that nobody takes a coupon",
            lambda rng: [(*_users(rng), 0.0)],
            _near,
        ),
        Property(
            "exact_budget",
            "a budget that is used up to the last cent is kept",
            lambda rng: (
                [_exact(rng, fit) for fit in (3, 6)]
                # Both cost a twentieth of a cent too much; the first has a ratio of a million.
                + [([[0, 1e6]] * 2, [[0, 1.0], [0, 999_999.0005]], 1e6)]
            ),
            _near,
        ),
    ),
    misconceptions=(
        wrong.utility_compared_with_budget,
        wrong.price_below_one,
        wrong.wrong_half_kept,
        wrong.price_when_budget_is_not_binding,
        wrong.average_ratio_as_price,
        wrong.return_of_the_budget,
        wrong.five_halvings,
        wrong.overspending_side_returned,
        wrong.no_room_in_the_price,
        wrong.budget_not_used_up,
        wrong.price_below_a_limit,
        wrong.ratio_of_the_last_step_paid,
        wrong.gain_compared_with_budget,
        wrong.best_average_offer_only,
        wrong.no_coupon_is_no_choice,
        wrong.ratios_between_neighbours,
    ),
)


# ---- gain_bound -----------------------------------------------------------------------------


def _priced_world(rng, price, part=0.4):
    return (*_world(rng, part), price)


gain_bound = WriteIt(
    reference=reference.gain_bound,
    points=2,
    minutes=6,
    level="mid",
    properties=(
        Property(
            "values",
            "what users keep at the price, and the worth of the whole budget",
            lambda rng: (
                [_priced_world(rng, price) for price in (0.5, 1.25, 2.0)]
                + [(*_in_arrays(_world(rng, 0.3)), 0.75)]
                + [(rng.integers(0, 9, (6, 2)) * [0, 1], np.array([[0, 2]] * 6), 5, 0.25)]
                # More money than all coupons cost.
                + [_priced_world(rng, 0.5, 9.0)]
            ),
        ),
        Property(
            "at_its_price",
            "at the price of the budget the bound is hardly above the best plan",
            lambda rng: [
                (gain, cost, budget, reference.price_of_budget(gain, cost, budget))
                for gain, cost, budget in (_world(rng, 0.5) for _ in range(2))
            ],
        ),
        Property(
            "no_price",
            "when a dollar is worth nothing, everybody has her largest gain",
            lambda rng: [_priced_world(rng, 0.0)],
        ),
        Property(
            "high_price",
            "when a dollar is worth more than any coupon brings, nobody takes one",
            lambda rng: [_priced_world(rng, 100.0)],
        ),
        Property(
            "no_budget",
            "without money the bound is what users keep",
            lambda rng: [(*_users(rng), 0.0, 1.5)],
        ),
    ),
    misconceptions=(
        wrong.budget_forgotten,
        wrong.gain_of_the_plan,
        wrong.coupon_for_everybody,
        wrong.without_price,
        wrong.mean_for_sum,
        wrong.all_faces_added,
        wrong.largest_gain_then_priced,
        wrong.budget_subtracted,
        wrong.left_money_given_back,
        wrong.best_user_of_each_face,
        wrong.one_largest_of_all,
        wrong.largest_gains_alone,
        wrong.budget_not_priced,
        wrong.own_price_searched,
        wrong.gain_of_the_steps,
        wrong.cost_not_priced,
        wrong.lists_multiplied,
    ),
)


# ---- kill_allocation ------------------------------------------------------------------------


def _goes_on(gain, cost, budget):
    """Right: smaller steps behind one that does not fit are still taken."""
    return np.array(wrong.goes_on_after_the_first(gain, cost, budget))


def _filled_at_the_price(gain, cost, budget):
    """Right: everybody decides at the price, and what is left goes to users at the margin."""
    g, c = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    price = reference.price_of_budget(g, c, budget)
    plan = (g - price * c).argmax(axis=1)
    left = budget - c[np.arange(len(g)), plan].sum()
    # Those who lose nothing by a larger coupon at this price, from the last user on.
    for user in range(len(g) - 1, -1, -1):
        kept = g[user] - price * c[user]
        for face in range(len(kept) - 1, plan[user], -1):
            extra = c[user, face] - c[user, plan[user]]
            if kept[face] >= kept[plan[user]] - 1e-7 and extra <= left + 1e-9:
                plan[user], left = face, left - extra
                break
    return tuple(int(j) for j in plan)


_MOST_SUMS = 200


def _exact_plan(gain, cost, budget):
    """Right: the best plan of all, by dynamic programming over costs that occur.

    Many users with odd costs have more sums of costs than can be kept: they get a good plan.
    """
    spent = gained = np.zeros(1)
    kept = []
    for g, c in zip(gain, cost, strict=True):
        at = np.add.outer(spent, c).round(9).ravel()
        reached = np.add.outer(gained, g).ravel()
        order = np.lexsort((-reached, at))
        order = order[at[order] <= budget + 1e-9]
        # What costs more and gains no more is of no use.
        highest = np.maximum.accumulate(reached[order])
        order = order[np.append(True, highest[1:] > highest[:-1])]
        if len(order) > _MOST_SUMS:
            return _goes_on(gain, cost, budget)
        kept.append(order)
        spent, gained = at[order], reached[order]
    plan, place = [], len(gained) - 1
    for order, g in zip(kept[::-1], gain[::-1], strict=True):
        place, face = divmod(int(order[place]), len(g))
        plan.append(face)
    return plan[::-1]


kill_allocation = WriteTheTest(
    reference=reference.kill_allocation,
    points=3,
    minutes=20,
    level="senior",
    right={
        "reference": reference.allocate_budget,
        "goes_on": _goes_on,
        # Which of equal ratios comes first is not promised to a test.
        "higher_user_first": wrong.higher_user_first,
        "filled_at_the_price": _filled_at_the_price,
        "exact_plan": _exact_plan,
    },
    mutants=wrong.WRONG_PLANS,
    enough=7,
    misconceptions=(
        wrong.accepts_any_plan,
        wrong.rejects_any_plan,
        wrong.wants_one_plan,
        wrong.checks_the_budget_only,
        wrong.wants_the_budget_spent,
        wrong.few_users,
    ),
)


# ---- plan_effect ----------------------------------------------------------------------------


def _random_log(rng, share, n=60, plan=None):
    arm = rng.choice(len(share), n, p=share)
    # Every arm occurs with its plan, so that no weight is missing by chance.
    plan = rng.integers(0, len(share), n) if plan is None else np.full(n, plan)
    outcome = np.where(rng.random(n) < 0.6, rng.integers(5, 80, n) + 4.0 * arm, 0.0)
    return arm.tolist(), outcome.tolist(), list(share), plan.tolist()


SHARES = (0.55, 0.2, 0.15, 0.1)


def _log_of_few_buyers(rng):
    """Two of three users bought nothing."""
    arm, outcome, share, plan = _random_log(rng, (0.4, 0.1, 0.5), 50)
    return arm, [0.0 if i % 3 else spent for i, spent in enumerate(outcome)], share, plan


def _log_of_arrays(rng, dtype):
    arm, outcome, share, plan = _random_log(rng, SHARES, 80)
    spent = np.array(outcome).astype(dtype)
    return np.array(arm, dtype=np.uint8), spent, np.array(share), np.array(plan, dtype=np.uint8)


def _without_an_arm(rng):
    """Arm 1 was drawn for nobody in the log, and the plan gives it to nobody."""
    arm, outcome, share, plan = map(np.array, _random_log(rng, SHARES, 90))
    rows = (arm != 1) & (plan != 1)
    return arm[rows].tolist(), outcome[rows].tolist(), share.tolist(), plan[rows].tolist()


def _with_labels(rng):
    """What users spent comes from a table whose rows were drawn."""
    arm, outcome, share, plan = _random_log(rng, SHARES, 50)
    return arm, pd.Series(outcome, index=rng.permutation(50)), share, plan


plan_effect = WriteIt(
    reference=reference.plan_effect,
    points=3,
    minutes=12,
    level="senior",
    properties=(
        Property(
            "values",
            "each row weighted by the chance of what it got, over all rows",
            lambda rng: [
                _random_log(rng, SHARES),
                _random_log(rng, (0.3, 0.7), 40),
                _log_of_few_buyers(rng),
                _random_log(rng, (0.62, 0.3, 0.04, 0.04), 300, plan=3),
                _log_of_arrays(rng, np.int16),
                _log_of_arrays(rng, float),
                _without_an_arm(rng),
                _random_log(rng, (0.3, 0.7), 12),
            ],
        ),
        Property(
            "by_place",
            "a Series is taken in its order, whatever its labels",
            lambda rng: [_with_labels(rng) for _ in range(2)],
        ),
        Property(
            "equal_shares",
            "with equal chances every weight is the same",
            lambda rng: [_random_log(rng, (0.25,) * 4), _random_log(rng, (0.5, 0.5), 30)],
        ),
        Property(
            "plan_without_coupons",
            "a plan that gives nothing changes nothing, and that is certain",
            lambda rng: [_random_log(rng, SHARES, plan=0)],
        ),
        Property(
            "one_coupon_for_all",
            "a plan may give everybody the same",
            lambda rng: [_random_log(rng, SHARES, plan=2)],
        ),
        Property(
            "few_coupons",
            "users to whom the plan gives nothing count in the mean",
            lambda rng: [
                (*_random_log(rng, SHARES, 70)[:3], (rng.random(70) < 0.2).astype(int).tolist())
                for _ in range(2)
            ],
        ),
    ),
    misconceptions=(
        wrong.matched_rows_compared,
        wrong.equal_shares_assumed,
        wrong.share_of_no_coupon_for_all,
        wrong.no_control,
        wrong.sd_for_standard_error,
        wrong.n_of_matched_rows,
        wrong.treated_rows_only,
        wrong.control_counts_where_the_plan_is_0,
        wrong.self_normalised,
        wrong.measured_shares,
        wrong.population_spread,
        wrong.parts_taken_as_independent,
        wrong.quantile_of_student,
        wrong.rows_without_weight_dropped,
        wrong.not_weighted,
        wrong.control_forgotten_where_it_matches,
    ),
)


# ---- price_now ------------------------------------------------------------------------------


def _day(rng, hours_over, spent_part=0.3, per_user=0.6):
    """A sample, and a day of eight hours of which some are over; the traffic is not as expected."""
    gain, cost = _users(rng, 40, 3)
    expected = rng.integers(10, 90, 8).tolist()
    factor = rng.choice([0.5, 0.7, 1.4, 1.8])
    seen = [round(e * factor * rng.uniform(0.7, 1.3)) + 1 for e in expected[:hours_over]]
    budget = round(per_user * sum(expected) * _whole_cost(gain, cost) / len(gain), 1)
    return gain, cost, budget, round(spent_part * budget, 1), expected, seen


def _day_of_arrays(rng):
    gain, cost, budget, spent, expected, seen = _day(rng, 3)
    table = np.array(gain), np.array(cost)
    return (*table, budget, spent, np.array(expected), np.array(seen))


def _quiet_day(rng):
    """Fewer users than the sample has; in the hours so far the ratios differ, small ones first."""
    gain, cost = _users(rng, 40, 3)
    expected = [2, 9, 4, *rng.integers(2, 9, 5).tolist()]
    budget = round(0.5 * sum(expected) * _whole_cost(gain, cost) / len(gain), 1)
    return gain, cost, budget, round(0.2 * budget, 1), expected, [5, 7, 3]


def _last_user(rng):
    """One user is still to come, and the money pays for a part of what she may get."""
    gain, cost = _users(rng, 40, 3)
    money = round(0.5 * _whole_cost(gain, cost) / len(gain), 2)
    return gain, cost, 10.0 + money, 10.0, [4, 1], [4]


def _part_of_a_user(rng):
    """By the forecast less than one user is still to come, or a little more."""
    gain, cost = _users(rng, 40, 3)
    money = round(0.3 * _whole_cost(gain, cost) / len(gain), 2)
    return [(gain, cost, 10.0 + money, 10.0, [4, 1], [seen]) for seen in (3, 7)]


def _with_users_whom_no_coupon_wins(rng):
    gain, cost, *rest = _day(rng, 3, 0.3, 0.15)
    return [*gain, *[[0.0, -1.0, -0.5]] * 60], [*cost, *cost, *cost[:20]], *rest


def _hours_without_forecast(rng, n_hours, came):
    """So far nobody was expected; the money pays for half of those who are still to come."""
    gain, cost = _users(rng, 40, 3)
    budget = round(0.5 * 80 * _whole_cost(gain, cost) / len(gain), 1)
    spent = round(0.1 * budget, 1)
    return gain, cost, budget, spent, [0] * n_hours + [30, 50], [came] * n_hours


def _unexpected_hour(rng):
    """Users came in an hour in which nobody was expected: they count."""
    *rest, expected, seen = _day(rng, 4, 0.6, 0.5)
    return *rest, [0, *expected[1:]], [2 * sum(seen), *seen[1:]]


price_now = WriteIt(
    reference=reference.price_now,
    points=3,
    minutes=12,
    level="senior",
    agrees=_same_price,
    properties=(
        Property(
            "values",
            "the money that is left, for those who are still to come",
            lambda rng: (
                [_day(rng, over, 0.6, 0.5) for over in (2, 4, 5)]
                + [_day_of_arrays(rng), _quiet_day(rng), _quiet_day(rng), _last_user(rng)]
                + [*_part_of_a_user(rng), _with_users_whom_no_coupon_wins(rng)]
                + [_unexpected_hour(rng)]
            ),
        ),
        Property(
            "morning",
            "before the first hour the forecast stands as it is",
            lambda rng: [_day(rng, 0, 0.0, 0.4), _day(rng, 0, 0.2, 0.4)],
        ),
        Property(
            "all_spent",
            "when nothing is left, no coupon can be paid",
            lambda rng: [
                (*_day(rng, over)[:2], 50.0, spent, *_day(rng, over)[4:])
                for over, spent in ((3, 50.0), (3, 50.5), (5, 61.0), (8, 50.0), (8, 55.5))
            ],
            stands="The price is infinite in each of its calls.",
        ),
        Property(
            "day_over",
            "when nobody is still to come, a dollar has no use any more",
            lambda rng: [_day(rng, 8, 0.5), _day(rng, 8, 0.9, 0.4)],
            stands="The price is 0 in each of its calls.",
        ),
        Property(
            "nobody_came",
            "where users were expected and none came, nobody is still to come",
            lambda rng: [(*_day(rng, n, 0.1, 0.4)[:5], [0] * n) for n in (1, 2)],
            stands="The price is 0 in each of its calls.",
        ),
        Property(
            "nobody_expected_so_far",
            "hours in which nobody was expected say nothing of the rest",
            lambda rng: [
                _hours_without_forecast(rng, n, came)
                for n, came in ((1, 0), (2, 0), (2, 0), (1, 3), (2, 4))
            ],
            stands="The price may be the same in its calls.",
        ),
        Property(
            "enough_left",
            "when the money pays for everybody who is still to come, the price is 0",
            lambda rng: [_day(rng, 4, 0.0, 9.0)],
            stands="A budget that does not bind.",
        ),
    ),
    misconceptions=(
        wrong.forecast_not_rescaled,
        wrong.budget_over_the_whole_day,
        wrong.price_of_the_morning,
        wrong.spent_forgotten,
        wrong.hours_alike,
        wrong.last_hour_only,
        wrong.sample_not_scaled,
        wrong.zero_when_spent,
        wrong.rescaled_upside_down,
        wrong.mean_of_hourly_ratios,
        wrong.all_money_to_the_sample,
        wrong.sample_scaled_upside_down,
        wrong.seen_subtracted_from_the_day,
        wrong.next_hour_left_out,
        wrong.price_when_just_spent,
        wrong.zero_at_the_end_though_spent,
        wrong.nobody_came_is_no_news,
        wrong.error_before_the_first_hour,
        wrong.error_when_nobody_is_to_come,
    ),
)


# ---- allocate_coupons -----------------------------------------------------------------------

allocate_coupons = BeatIt(
    reference=reference.allocate_coupons,
    points=5,
    minutes=40,
    level="senior",
    seconds=60.0,
    task=holdout.coupons_to_allocate,
    baseline=wrong.same_face_for_everybody,
    metrics=(
        Metric(
            "share_of_the_largest_gain",
            holdout.share_of_best_gain,
            # The largest gain is found as another exercise of the chapter asks for it.
            practice=holdout.gain_of_plan,
        ),
    ),
    problem=holdout.problem_with_faces,
    misconceptions=(
        wrong.same_face_for_everybody,
        wrong.likeliest_buyers,
        wrong.highest_chance_each,
        wrong.largest_uplift,
        wrong.one_offer_never_upgraded,
        wrong.face_value_as_cost,
        wrong.face_values_returned,
    ),
)
