"""The exercises on metric diagnosis, in teaching order."""

from __future__ import annotations

import numpy as np

from solutions.metric_diagnosis import misconceptions as wrong
from solutions.metric_diagnosis import reference
from utils.exercises import BeatIt, BreakIt, Metric, Property, WriteIt, WriteTheTest
from utils.exercises.equality import is_whole
from utils.holdout import drops as holdout

# ---- break_diagnosis ------------------------------------------------------------------------


def _problem_with_table(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 2:
        return "return two values: rows and end"
    rows, end = arguments
    if not is_whole(end) or not 14 <= end <= 20:
        return "end is a whole number from 14 to 20"
    if not isinstance(rows, (list, tuple)) or len(rows) > 12:
        return "rows is a list of at most 12 rows"
    for row in rows:
        if not isinstance(row, (list, tuple)) or len(row) != 6:
            return "a row is day, segment, user, visits, orders and money"
        day, segment, user, visits, orders, money = row
        if not isinstance(segment, str) or not isinstance(user, str):
            return "segment and user are strings"
        if not all(map(is_whole, (day, visits, orders, money))):
            return "day, visits, orders and money are whole numbers"
        if not 0 <= day <= end:
            return "a day is from 0 to end"
        if not 1 <= visits <= 1000 or not 0 <= orders <= visits:
            return "a row has 1 to 1,000 visits, and from 0 to as many orders as visits"
        if not 0 <= money <= 10_000:
            return "money is from 0 to 10,000"
        if orders == 0 and money > 0:
            return "a row without an order has no money"
    return ""


break_diagnosis = BreakIt(
    reference=reference.break_diagnosis,
    points=3,
    minutes=25,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_table,
    misconceptions=(
        wrong.one_table_for_all,
        wrong.two_equal_weeks,
        wrong.mix_shift_without_reversal,
        wrong.today_on_the_day_before,
        wrong.equal_visits,
        wrong.whale_with_followers,
        wrong.orders_without_visits,
        wrong.same_weekdays_alike,
        wrong.every_row_ordered,
    ),
)


# ---- weekday_band ---------------------------------------------------------------------------


def _year(rng, n_days=180):
    """Daily sales with a shape of the week, a trend and noise, in whole numbers."""
    shape = rng.permutation([90.0, 100, 110, 120, 135, 160, 190])
    days = np.arange(n_days)
    level = shape[days % 7] * (1 + rng.uniform(0.002, 0.004) * days)
    return (level * rng.lognormal(0, 0.08, n_days)).round()


def _five_weeks(mondays):
    """Days 0 to 35, of which 0, 7, 14, 21 and 28 have these values: the history of day 35."""
    y = np.full(36, 5.0)
    y[:35:7] = mondays
    return y, 35


def _plain_days(rng):
    days = rng.choice(np.arange(70, 130), 3, replace=False).tolist()
    calls = [(_year(rng), days[0]), (_year(rng), days[1], 5, (), 4.5), (_year(rng), days[2], 6, [])]
    for y, t, *_ in calls:
        # The judged day and the weeks after it are unlike those before.
        y[t] *= 3
        y[t + 1 :] *= 2
    # Few orders: the lower end is below 0, and a 0 is a value like any other.
    few = rng.poisson(3, 100).astype(float)
    few[70 - 7 * np.arange(1, 9)] = rng.permutation([0.0, 0, 0, 4, 5, 9, 11, 30])
    calls += [(few, 70), (_year(rng), days[0], 7, (), 0.0)]
    # The first day of all belongs to the history.
    return [*calls, _five_weeks([10, 12, 14, 50, 11])]


def _one_wild_week(rng):
    y, t = _year(rng), int(rng.integers(70, 150))
    y[t - 7 * int(rng.integers(1, 9))] *= 20
    return [(y, t), (y.copy(), t, 7)]


def _holidays(rng):
    calls = []
    for kind in (tuple, list):
        y, t = _year(rng), int(rng.integers(90, 150))
        weeks = rng.choice(np.arange(1, 9), 3, replace=False)
        skip = [t - 7 * int(week) for week in weeks]
        y[skip] = [y[skip[0]] * 30, np.nan, np.inf]
        calls.append((y, t, 8, kind([*skip, t - 3, t, t + 7])))
    # The days to leave out are in no order that a search by halves could use.
    return [*calls, (*_five_weeks([10, 12, 14, 50, 11]), 8, [35, 30, 14])]


def _closed(rng):
    y, t = _year(rng), int(rng.integers(90, 150))
    weeks = rng.choice(np.arange(1, 9), 3, replace=False)
    y[t - 7 * weeks] = np.nan
    few, day = _year(rng), int(rng.integers(90, 150))
    few[day - 7 * rng.choice(np.arange(1, 6), 2, replace=False)] = np.nan
    # Three values are left of five weeks, and of six weeks with a holiday.
    return [(y, t), (y.copy(), t, 7, (), 2.0), (few, day, 5), (few.copy(), day, 6, (day - 42,))]


def _unknown_future(rng):
    calls = []
    for future in (np.nan, np.inf):
        y, t = _year(rng), int(rng.integers(70, 150))
        y[t:] = future
        calls.append((y, t))
    return calls


def _too_few(rng):
    # Three weeks are too few also where no more are asked for.
    calls = [(_year(rng, 60), 3), (_year(rng, 60), 40, 3), *((_year(rng, 60), t) for t in (27, 30))]
    y, t = _year(rng), int(rng.integers(90, 150))
    skipped = tuple(t - 7 * int(week) for week in rng.choice(np.arange(1, 7), 3, replace=False))
    calls += [(y, t, 6, skipped), (y.copy(), t, 6, skipped[:2])]
    # Four values are left of five weeks, and three.
    return [*calls, *(_five_weeks([10, 12, np.nan, last, 50]) for last in (14, np.nan))]


def _no_spread(rng):
    y, t = _year(rng), int(rng.integers(70, 150))
    y[t % 7 :: 7] = 0.1
    y[t] = 50.0
    few, day = _year(rng), int(rng.integers(70, 150))
    few[day - 7 * np.arange(1, 6)] = 250.0
    return [(y, t), (few, day, 6, (), 2.5)]


weekday_band = WriteIt(
    reference=reference.weekday_band,
    points=3,
    minutes=10,
    level="junior",
    properties=(
        Property(
            "values",
            "the band comes from the same weekday of the n_weeks weeks before the day",
            _plain_days,
        ),
        Property(
            "one_wild_week",
            "one wild week hardly moves the expectation and the width",
            _one_wild_week,
        ),
        Property(
            "skip", "days in skip play no part, and no older week takes their place", _holidays
        ),
        Property(
            "closed", "closed days are left out, and no older week takes their place", _closed
        ),
        Property(
            "unknown_future",
            "the judged day and all later days play no part, whatever they hold",
            _unknown_future,
        ),
        Property(
            "too_few",
            "with fewer than 4 values left all three are NaN, with 4 there is a band",
            _too_few,
        ),
        Property("no_spread", "equal values give a band of width 0", _no_spread),
    ),
    misconceptions=(
        wrong.last_days,
        wrong.every_day_of_the_weeks,
        wrong.judged_day_included,
        wrong.later_weeks_too,
        wrong.mean_and_deviation,
        wrong.median_and_deviation,
        wrong.deviation_without_factor,
        wrong.deviations_from_the_mean,
        wrong.mean_of_the_deviations,
        wrong.oldest_week_left_out,
        wrong.holidays_kept,
        wrong.left_out_are_replaced,
        wrong.closed_is_zero,
        wrong.one_value_is_enough,
        wrong.four_are_too_few,
        wrong.closed_days_make_up_the_number,
        wrong.negative_positions_wrap,
        wrong.width_ignored,
        wrong.whole_history,
        wrong.nan_makes_nan,
    ),
)


# ---- gmv_effects ----------------------------------------------------------------------------


def _segment(rng):
    users = int(rng.integers(20, 400))
    orders = int(rng.integers(users // 2, 3 * users))
    return [users, orders, int(rng.integers(20 * orders, 90 * orders))]


def _segments(rng, n):
    return [_segment(rng) for _ in range(n)], [_segment(rng) for _ in range(n)]


def _same_value(rng):
    before, after = _segments(rng, 3)
    for b, a in zip(before[:2], after, strict=False):
        a[2] = b[2]
    # One unit of money in a million: the logarithms are nearly equal.
    before[2][2], after[2][2] = 40_000_000, 40_000_001
    before.append([200, 300, 1_000_000])
    after.append([400, 300, 1_000_009])
    # One unit of money in both periods.
    before.append([9, 4, 1])
    after.append([5, 3, 1])
    # Half a unit: money is no whole number.
    before.append([7, 3, 0.5])
    after.append([6, 4, 0.5])
    # Orders alone moved.
    before.append([10, 20, 100])
    after.append([10, 40, 100])
    # Twice the users, and half the money per order: orders per user stand still.
    half_price = ([[10, 20, 100]], [[20, 40, 100]])
    return [(before, after), (after[:1], before[:1]), half_price]


def _nothing_moved(rng):
    before, _ = _segments(rng, 3)
    before.append([7, 0, 0])
    return [(before, [list(row) for row in before])]


def _zeros(rng):
    def users():
        return int(rng.integers(5, 90))

    def orders():
        return int(rng.integers(5, 90))

    nobody = [0, 0, 0]
    pairs = [
        (nobody, _segment(rng)),
        (_segment(rng), nobody),
        ([users(), 0, 0], _segment(rng)),
        (_segment(rng), [users(), 0, 0]),
        ([users(), orders(), 0], _segment(rng)),
        (_segment(rng), [users(), orders(), 0]),
        # More users, and no money.
        ([500, 0, 0], _segment(rng)),
        (_segment(rng), [500, orders(), 0]),
        ([users(), orders(), 0], [users(), 0, 0]),
        (_segment(rng), [0, 0, 0]),
        (nobody, nobody),
        (_segment(rng), _segment(rng)),
        # Amounts below 1 are no 0: users by weight, and money in millions.
        ([0.5, 0, 0], _segment(rng)),
        ([3, 2, 0.001], [4, 5, 0.004]),
    ]
    order = rng.permutation(len(pairs))
    before, after = ([list(pairs[i][side]) for i in order] for side in (0, 1))
    return [
        (before, after),
        ([nobody, [users(), 0, 0]], [_segment(rng), _segment(rng)]),
        ([_segment(rng), [users(), orders(), 0]], [[users(), orders(), 0], _segment(rng)]),
    ]


gmv_effects = WriteIt(
    reference=reference.gmv_effects,
    points=4,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "each effect has the size that the logarithmic mean gives it",
            lambda rng: [_segments(rng, n) for n in (1, 2, 4)],
        ),
        Property(
            "same_value",
            "with equal money in both periods the effects may be large, and they add up to 0",
            _same_value,
        ),
        Property("nothing_moved", "where no factor moves all effects are 0", _nothing_moved),
        Property(
            "zeros",
            "where one amount is 0, the leftmost factor that is 0 receives the whole change",
            _zeros,
        ),
    ),
    misconceptions=(
        wrong.one_after_the_other,
        wrong.each_alone,
        wrong.arithmetic_mean,
        wrong.percentages_scaled_to_fit,
        wrong.equal_money_means_nothing,
        wrong.division_by_log_of_one,
        wrong.small_number_added,
        wrong.totals_shared_out,
        wrong.average_over_orders,
        wrong.new_and_gone_dropped,
        wrong.all_to_users,
        wrong.last_zero_receives,
        wrong.money_never_receives,
        wrong.zero_in_thirds,
        wrong.money_per_user,
        wrong.numbers_for_factors,
        wrong.sign_reversed,
        wrong.only_the_earlier_row_read,
    ),
)


# ---- mix_and_rate ---------------------------------------------------------------------------

NAMES = ("app", "web", "mini", "shop", "phone", "mail")


def _pair(rng, least=30):
    denominator = int(rng.integers(least, 900))
    return int(rng.integers(1, denominator)), denominator


def _period(rng, names):
    return {name: _pair(rng) for name in rng.permutation(list(names)).tolist()}


def _two_periods(rng, n=4):
    names = rng.choice(NAMES, n, replace=False).tolist()
    return _period(rng, names), _period(rng, names)


def _without_orders(rng, n=4):
    """Two periods in which two segments have no numerator: one earlier, one later."""
    before, after = _two_periods(rng, n)
    names = list(before)
    before[names[0]] = (0, before[names[0]][1])
    after[names[1]] = (0, after[names[1]][1])
    return before, after


def _new_and_gone(rng):
    names = rng.permutation(list(NAMES)).tolist()
    mixed = _period(rng, names[:4]), _period(rng, names[2:])
    return [mixed, (_period(rng, names[:2]), _period(rng, names[2:4]))]


def _zero_denominators(rng):
    return [_with_zeros(rng), _with_zeros(rng)]


def _with_zeros(rng):
    before, after = _two_periods(rng, 5)
    names = list(before)
    before[names[0]] = after[names[1]] = (0, 0)
    before[names[2]] = after[names[2]] = (0, 0)
    after.pop(names[3])
    after["new"] = (0, 0)
    # One user is a segment too, and so is half a one.
    before[names[4]], after[names[4]] = (1, 1), (0.25, 0.5)
    return before, after


def _rates_only(rng):
    before, _ = _two_periods(rng)
    after = {s: (int(rng.integers(1, 3 * d)), 3 * d) for s, (_, d) in before.items()}
    return [(before, after), (after, before)]


def _mix_only(rng):
    before, _ = _two_periods(rng)
    factors = rng.permutation([1, 2, 5, 7]).tolist()
    after = {s: (k * n, k * d) for (s, (n, d)), k in zip(before.items(), factors, strict=True)}
    return [(before, after)]


def _nobody(rng):
    some, _ = _two_periods(rng)
    return [({}, some), (some, {"app": (0, 0)}), ({"app": (0, 0)}, {})]


mix_and_rate = WriteIt(
    reference=reference.mix_and_rate,
    points=4,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "mix and rate of each segment have the size that the docstring defines",
            lambda rng: [_two_periods(rng, 2), _two_periods(rng, 5), _without_orders(rng)],
        ),
        Property(
            "new_and_gone",
            "a segment of one period has a part, all of it mix, and of the defined size",
            lambda rng: [
                *_new_and_gone(rng),
                # All segments of the earlier period are still there.
                ({"a": (10, 100)}, {"a": (12, 100), "b": (5, 50)}),
            ],
        ),
        Property(
            "zero_denominators",
            "a denominator of 0 means the same as a missing segment",
            _zero_denominators,
        ),
        Property("rates_only", "where no share moves every mix is 0", _rates_only),
        Property("mix_only", "where no rate moves every rate part is 0", _mix_only),
        Property(
            "nobody",
            "a period without a denominator is a ValueError",
            _nobody,
            stands="Every call raises: that is the edge.",
        ),
    ),
    misconceptions=(
        wrong.mix_not_centred,
        wrong.interaction_lost,
        wrong.interaction_twice,
        wrong.interaction_to_rate,
        wrong.interaction_to_mix,
        wrong.centred_on_before,
        wrong.centred_on_mean_of_segments,
        wrong.absent_rate_is_zero,
        wrong.segments_of_both_only,
        wrong.gone_segments_lost,
        wrong.new_segments_lost,
        wrong.empty_segments_lost,
        wrong.shares_of_the_numerator,
        wrong.relative_change,
        wrong.mix_and_rate_swapped,
        wrong.share_of_the_change,
        wrong.empty_period_gives_zeros,
        wrong.rate_at_one_share,
        wrong.mix_at_one_rate,
    ),
)


# ---- adjusted_difference --------------------------------------------------------------------


def _until(draw, wanted):
    """Draw again until the case is wanted; chance alone would miss it on some seeds."""
    while True:
        case = draw()
        if wanted(*case):
            return case


def _turned(before, after):
    return reference.adjusted_difference(before, after)[2]


def _no_stratum_decides(before, after):
    """A reversal in which one stratum moves with the crude difference."""
    return _turned(before, after) and not wrong.every_stratum_must_turn(before, after)[2]


def _one_stratum_turns(before, after):
    """No reversal, although one stratum moves against the crude difference."""
    return not _turned(before, after) and wrong.any_stratum_turns(before, after)[2]


def _one_in_a_million(periods):
    """The same numerators, each of a million times as many: differences of some 1e-7."""
    return [{s: (n, 10**6 * d) for s, (n, d) in period.items()} for period in periods]


def _reversals(rng):
    def draw():
        return _two_periods(rng, 3)

    rare = _until(draw, lambda *case: _turned(*case) and _turned(*_one_in_a_million(case)))
    return [
        _one_in_a_million(rare),
        *(_until(lambda n=n: _two_periods(rng, n), _turned) for n in (2, 3)),
        _until(draw, _no_stratum_decides),
        _until(draw, _one_stratum_turns),
    ]


def _one_sided(rng):
    names = rng.permutation(list(NAMES)).tolist()
    before, after = _period(rng, names[:4]), _period(rng, names[2:])
    with_zeros = {**_period(rng, names[:3]), names[3]: (0, 0)}
    one_user = {**_period(rng, names[:3]), names[3]: (1, 1)}
    later = _period(rng, names[:4])
    return [(before, after), (with_zeros, later), (one_user, later)]


def _no_common(rng):
    names = rng.permutation(list(NAMES)).tolist()
    zeros = {names[0]: (0, 0)}
    return [
        (_period(rng, names[:2]), _period(rng, names[2:5])),
        ({**_period(rng, names[1:3]), **zeros}, _period(rng, names[:1])),
        # The crude difference is above 0, and below.
        ({"app": (1, 4)}, {"web": (3, 4)}),
        ({"app": (3, 4)}, {"web": (1, 4)}),
    ]


def _no_change(rng):
    (before, after) = _mix_only(rng)[0]
    return [(before, after), (after, before)]


def _cancelling(rng):
    """Changes that cancel: one difference is 0, but for the error of binary numbers."""
    calls = []
    for sign in (1, -1, 1, -1):
        while True:
            d0, d1 = (int(d) for d in 10 * rng.choice(np.arange(3, 30), 2, replace=False))
            one, two, step = (int(r) for r in rng.integers(1, 5, 3))
            before: dict[str, tuple[float, float]] = {
                "app": (one * d0 // 10, d0),
                "web": ((two + step) * d1 // 10, d1),
            }
            after: dict[str, tuple[float, float]] = {
                "app": ((one + step) * d1 // 10, d1),
                "web": (two * d0 // 10, d0),
            }
            crude, adjusted, _ = reference.adjusted_difference(before, after)
            if sign * crude > 1e-3 and -1e-13 < sign * adjusted < 0:
                break
        calls.append((before, after))
    return calls


def _empty(rng):
    some, _ = _two_periods(rng)
    return [(some, {}), ({"app": (0, 0)}, some)]


adjusted_difference = WriteIt(
    reference=reference.adjusted_difference,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the adjusted difference weights each stratum by both periods together",
            lambda rng: [_two_periods(rng, 4), _without_orders(rng, 3)],
        ),
        Property(
            "reversal",
            "turned says whether the crude and the adjusted difference have opposite signs",
            lambda rng: [
                *_reversals(rng),
                # The total rises and the strata fall, and the other way round.
                (
                    low := {"a": (90, 100), "b": (200, 1000)},
                    high := {"a": (850, 1000), "b": (15, 100)},
                ),
                (high, low),
            ],
        ),
        Property(
            "one_sided_stratum",
            "a stratum of one period counts in the crude difference alone",
            _one_sided,
        ),
        Property("no_common", "without a common stratum adjusted is NaN", _no_common),
        Property(
            "no_change",
            "where no ratio moves the adjusted difference is 0, which is no reversal",
            _no_change,
        ),
        Property(
            "cancelling",
            "a difference within 1e-12 of 0 has no sign, so nothing is turned",
            _cancelling,
        ),
        Property(
            "empty",
            "a period without a denominator gives NaN, NaN and False",
            _empty,
            stands="The same three values are right in both calls: that is the edge.",
        ),
    ),
    misconceptions=(
        wrong.strata_count_alike,
        wrong.weights_of_before,
        wrong.weights_of_after,
        wrong.weights_by_numerator,
        wrong.mean_of_the_two_shares,
        wrong.weights_of_precision,
        wrong.missing_stratum_is_zero,
        wrong.weights_of_all_strata,
        wrong.every_stratum_must_turn,
        wrong.any_stratum_turns,
        wrong.zero_counts_as_turned,
        wrong.last_digits_turn,
        wrong.crude_of_common_strata,
        wrong.crude_is_mean_of_ratios,
        wrong.no_common_stratum_is_zero,
        wrong.before_minus_after,
    ),
)


# ---- kill_decomposition ---------------------------------------------------------------------

kill_decomposition = WriteTheTest(
    reference=reference.kill_decomposition,
    points=4,
    minutes=18,
    level="senior",
    right=wrong.RIGHT_DECOMPOSITIONS,
    mutants=wrong.WRONG_DECOMPOSITIONS,
    enough=12,
    misconceptions=(
        wrong.accepts_any_decomposition,
        wrong.rejects_any_decomposition,
        wrong.sum_of_one_case,
        wrong.sum_only,
        wrong.sum_and_keys,
        wrong.compares_with_own_values,
        wrong.properties_of_an_easy_case,
    ),
)


# ---- find_cause -----------------------------------------------------------------------------

find_cause = BeatIt(
    reference=reference.find_cause,
    points=4,
    minutes=20,
    level="senior",
    task=holdout.simulated_drops,
    baseline=wrong.largest_fall,
    metrics=(Metric("mean_overlap", holdout.mean_overlap),),
    problem=holdout.problem_with_groups,
    par=0.9,
    seconds=20.0,
    misconceptions=(
        wrong.largest_fall,
        wrong.largest_percentage,
        wrong.largest_percentage_of_pairs,
        wrong.largest_fall_of_pairs,
        wrong.single_values_only,
        wrong.largest_remaining,
        wrong.largest_rise,
        wrong.one_answer_for_all,
    ),
)
