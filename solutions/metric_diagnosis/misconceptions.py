"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import copy
import itertools
import math

import numpy as np

from solutions.metric_diagnosis import reference

# ---- break_diagnosis ------------------------------------------------------------------------

# Each differs from the correct report by one decision, so that each is one mistake.


def _ratio(rows):
    visits = sum(row[3] for row in rows)
    return sum(row[4] for row in rows) / visits if visits else 0.0


def _mean_of_ratios(rows):
    users = {row[2] for row in rows}
    ratios = [_ratio([row for row in rows if row[2] == user]) for user in sorted(users)]
    return sum(ratios) / len(ratios) if ratios else 0.0


def _sign(x):
    return 0 if abs(x) < 1e-9 else int(math.copysign(1, x))


def _report(defect, rows, end):
    rows = [tuple(row) for row in rows]
    if defect == "only_visits_that_ordered":
        rows = [row for row in rows if row[4] > 0]
    last = end if defect == "incomplete_day" else end - 1
    before = [row for row in rows if end - 14 <= row[0] <= end - 8]
    after = [row for row in rows if end - 7 <= row[0] <= last]
    sales = sum(row[5] for row in after) - sum(row[5] for row in before)
    if defect == "weekday_ignored":
        sales = sum(row[5] * ((row[0] == end - 1) - (row[0] == end - 2)) for row in rows)
    ratio = _mean_of_ratios if defect == "mean_of_ratios" else _ratio
    conversion = ratio(after) - ratio(before)
    common = {row[1] for row in before} & {row[1] for row in after}
    within, weights = 0.0, 0
    for segment in sorted(common):
        old, new = ([row for row in week if row[1] == segment] for week in (before, after))
        weight = sum(row[3] for row in old + new)
        within += weight * (_ratio(new) - _ratio(old))
        weights += weight
    direction = _sign(within / weights) if weights else 0
    if defect == "mix_read_as_rate":
        direction = _sign(conversion)
    spent = {row[2]: 0 for row in before + after}
    for sign, week in ((-1, before), (1, after)):
        for row in week:
            spent[row[2]] += sign * row[5]
    most_fell = 2 * sum(change < 0 for change in spent.values()) > len(spent)
    if defect == "one_whale":
        most_fell = sales < 0
    return sales, round(conversion, 12), direction, bool(most_fell)


def correct(rows, end):
    """The report without a defect, by the same steps as the flawed ones."""
    return _report(None, rows, end)


def incomplete_day(rows, end):
    """A day that was not over counted in the later week."""
    return _report("incomplete_day", rows, end)


def weekday_ignored(rows, end):
    """Two days that follow each other were compared, whatever weekdays they are."""
    return _report("weekday_ignored", rows, end)


def mean_of_ratios(rows, end):
    """Every user's ratio had the same weight, however few the visits."""
    return _report("mean_of_ratios", rows, end)


def only_visits_that_ordered(rows, end):
    """Visits without an order were lost from the denominator."""
    return _report("only_visits_that_ordered", rows, end)


def mix_read_as_rate(rows, end):
    """The change of the total was taken for the change within the segments."""
    return _report("mix_read_as_rate", rows, end)


def one_whale(rows, end):
    """The change of the sum was taken for the change of most users."""
    return _report("one_whale", rows, end)


FLAWED = {
    function.__name__: function
    for function in (
        incomplete_day,
        weekday_ignored,
        mean_of_ratios,
        only_visits_that_ordered,
        mix_read_as_rate,
        one_whale,
    )
}


def one_table_for_all(defect):
    """Your tables show some of the defects, and not each the one that it should show. Ask of each
    defect: which rows does its report read differently? Then give the table such a row.
    """
    return reference.break_diagnosis("mix_read_as_rate")


def two_equal_weeks(defect):
    """Your tables show no defect. If both weeks are alike and no row lies outside them, nothing has
    changed, and a report that is wrong about changes has nothing to be wrong about.
    """
    return [(day, "app", "u", 10, 2, 50) for day in range(14)][1:13:6], 14


def mix_shift_without_reversal(defect):
    """For ``mix_read_as_rate`` the total and the segments have the same direction here. A sign is
    wrong only where the two directions differ.
    """
    if defect != "mix_read_as_rate":
        return reference.break_diagnosis(defect)
    before = [(0, "new", "u", 10, 1, 5), (0, "old", "v", 90, 45, 5)]
    return [*before, (7, "new", "u", 30, 6, 5), (7, "old", "v", 70, 70, 5)], 14


def today_on_the_day_before(defect):
    """For ``incomplete_day`` it makes no difference here whether the day ``end`` counts. ``end`` is
    the first day that is not complete. Day ``end - 1`` is the last complete one, and it belongs to
    the later week in any report.
    """
    if defect != "incomplete_day":
        return reference.break_diagnosis(defect)
    return [(3, "app", "u", 10, 2, 50), (13, "app", "u", 4, 1, 20)], 14


def equal_visits(defect):
    """For ``mean_of_ratios`` the mean of the users' ratios changes here as much as the ratio of the
    sums. That is always so when all users of a week have the same number of visits.
    """
    if defect != "mean_of_ratios":
        return reference.break_diagnosis(defect)
    before = [(0, "app", "u", 10, 1, 50), (0, "app", "v", 10, 5, 5)]
    return [*before, (7, "app", "u", 10, 2, 50), (7, "app", "v", 10, 9, 5)], 14


def whale_with_followers(defect):
    """For ``one_whale`` the sum and the users tell the same story here: the sign of sales says
    rightly whether most users spent less.
    """
    if defect != "one_whale":
        return reference.break_diagnosis(defect)
    users = [("w", 900, 100), ("u", 10, 9), ("v", 10, 11)]
    days = [(day, at) for at, day in enumerate((0, 7))]
    return [(day, "app", name, 10, 2, spent[at]) for day, at in days for name, *spent in users], 14


def orders_without_visits(defect):
    """For ``only_visits_that_ordered`` a row breaks the limits: it has at least 1 visit, and no
    more orders than visits. Break the report on a table that is allowed.
    """
    if defect != "only_visits_that_ordered":
        return reference.break_diagnosis(defect)
    return [(3, "app", "u", 10, 20, 50), (10, "app", "v", 1, 5, 0)], 14


def same_weekdays_alike(defect):
    """For ``weekday_ignored`` the difference of the last two days is the same here as that of the
    two weeks. Comparing neighbouring days is wrong where weekdays differ.
    """
    if defect != "weekday_ignored":
        return reference.break_diagnosis(defect)
    return [(day, "app", "u", 10, 2, 30) for day in (5, 6, 12, 13)], 14


def every_row_ordered(defect):
    """For ``only_visits_that_ordered`` nothing changes here when the rows without an order are
    lost. Is there such a row, and does it change one of the four values?
    """
    if defect != "only_visits_that_ordered":
        return reference.break_diagnosis(defect)
    return [(3, "app", "u", 10, 2, 50), (10, "app", "u", 30, 2, 50)], 14


# ---- weekday_band ---------------------------------------------------------------------------


def _weeks(y, t, n_weeks, skip):
    days = [t - 7 * k for k in range(1, n_weeks + 1)]
    return [day for day in days if day >= 0 and day not in set(skip)]


def _band(history, width, centre=np.median, factor=1.4826, least=4):
    h = np.asarray(history, dtype=float)
    h = h[~np.isnan(h)]
    if len(h) < least:
        return float("nan"), float("nan"), float("nan")
    middle = float(centre(h))
    spread = factor * float(np.median(np.abs(h - middle)))
    return middle, middle - width * spread, middle + width * spread


def last_days(y, t, n_weeks=8, skip=(), width=3.0):
    """You took the days just before the judged one. They are other weekdays: a Monday is judged by
    Mondays.
    """
    days = [day for day in range(max(0, t - n_weeks), t) if day not in set(skip)]
    return _band(y[days], width)


def every_day_of_the_weeks(y, t, n_weeks=8, skip=(), width=3.0):
    """You took every day of the weeks before. Then the band holds all weekdays, and the difference
    between a Saturday and a Tuesday makes it wide.
    """
    days = [day for day in range(max(0, t - 7 * n_weeks), t) if day not in set(skip)]
    return _band(y[days], width)


def every_day_of_the_weeks__with_today(y, t, n_weeks=8, skip=(), width=3.0):
    days = [day for day in range(max(0, t - 7 * n_weeks), t + 1) if day not in set(skip)]
    return _band(y[days], width)


def judged_day_included(y, t, n_weeks=8, skip=(), width=3.0):
    """In your answer the judged day is part of its own history. A day that explains itself is never
    unusual.
    """
    return _band(y[[t, *_weeks(y, t, n_weeks, skip)]], width)


def later_weeks_too(y, t, n_weeks=8, skip=(), width=3.0):
    """You took weeks after the judged day as well. On the morning of the judgement nobody knows
    them.
    """
    after = [t + 7 * k for k in range(1, n_weeks + 1)]
    later = [day for day in after if day < len(y) and day not in set(skip)]
    return _band(y[_weeks(y, t, n_weeks, skip) + later], width)


def later_weeks_too__whole_year(y, t, n_weeks=8, skip=(), width=3.0):
    days = [day for day in range(t % 7, len(y), 7) if day != t and day not in set(skip)]
    return _band(y[days], width)


def mean_and_deviation(y, t, n_weeks=8, skip=(), width=3.0):
    """Mean and standard deviation follow one wild week. It moves the expectation and hides the next
    wild week in a wide band.
    """
    h = y[_weeks(y, t, n_weeks, skip)]
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return float("nan"), float("nan"), float("nan")
    middle, spread = float(h.mean()), float(h.std(ddof=1))
    return middle, middle - width * spread, middle + width * spread


def mean_and_deviation__population(y, t, n_weeks=8, skip=(), width=3.0):
    h = y[_weeks(y, t, n_weeks, skip)]
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return float("nan"), float("nan"), float("nan")
    middle, spread = float(h.mean()), float(h.std())
    return middle, middle - width * spread, middle + width * spread


def median_and_deviation(y, t, n_weeks=8, skip=(), width=3.0):
    """Your middle is robust, and your width is not: one wild week makes the standard deviation
    large, and then nothing else is unusual.
    """
    h = y[_weeks(y, t, n_weeks, skip)]
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return float("nan"), float("nan"), float("nan")
    middle, spread = float(np.median(h)), float(h.std(ddof=1))
    return middle, middle - width * spread, middle + width * spread


def deviation_without_factor(y, t, n_weeks=8, skip=(), width=3.0):
    """The median of the absolute deviations is not yet a standard deviation. For normal values it
    is about two thirds of one.
    """
    return _band(y[_weeks(y, t, n_weeks, skip)], width, factor=1.0)


def deviations_from_the_mean(y, t, n_weeks=8, skip=(), width=3.0):
    """Your expectation is a mean, and your deviations are measured from it. One wild week moves
    both.
    """
    return _band(y[_weeks(y, t, n_weeks, skip)], width, centre=np.mean)


def mean_of_the_deviations(y, t, n_weeks=8, skip=(), width=3.0):
    """Your width comes from the mean of the absolute deviations. One wild week moves a mean: take
    their median.
    """
    h = y[_weeks(y, t, n_weeks, skip)]
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return float("nan"), float("nan"), float("nan")
    middle = float(np.median(h))
    spread = 1.4826 * float(np.mean(np.abs(h - middle)))
    return middle, middle - width * spread, middle + width * spread


def oldest_week_left_out(y, t, n_weeks=8, skip=(), width=3.0):
    """The oldest week was left out. The history has ``n_weeks`` weeks: the last one of them is the
    day ``t - 7 * n_weeks``.
    """
    return _band(y[_weeks(y, t, n_weeks - 1, skip)], width)


def four_are_too_few(y, t, n_weeks=8, skip=(), width=3.0):
    """You give no band although 4 values are left. Fewer than 4 are too few, and 4 are enough."""
    return _band(y[_weeks(y, t, n_weeks, skip)], width, least=5)


def closed_days_make_up_the_number(y, t, n_weeks=8, skip=(), width=3.0):
    """Closed days were counted among the 4 values that are needed. Leave them out first, then count
    what is left.
    """
    h = y[_weeks(y, t, n_weeks, skip)]
    if len(h) < 4:
        return float("nan"), float("nan"), float("nan")
    return _band(h, width, least=1)


def holidays_kept(y, t, n_weeks=8, skip=(), width=3.0):
    """In your answer the days in ``skip`` are part of the history. A holiday is no example of its
    weekday.
    """
    return _band(y[_weeks(y, t, n_weeks, ())], width)


def holidays_kept__as_weekday(y, t, n_weeks=8, skip=(), width=3.0):
    dates = [day for day in range(len(y)) if t - 7 * n_weeks <= day < t and day % 7 == t % 7]
    return _band(y[dates], width)


def left_out_are_replaced(y, t, n_weeks=8, skip=(), width=3.0):
    """In your history an older week takes the place of a day that is left out. ``n_weeks`` says how
    far back the history reaches, not how many values it has.
    """
    older = [day for day in range(t - 7, -1, -7) if day not in set(skip) and not np.isnan(y[day])]
    return _band(y[older[:n_weeks]], width)


def left_out_are_replaced__closed_only(y, t, n_weeks=8, skip=(), width=3.0):
    older = [day for day in range(t - 7, -1, -7) if not np.isnan(y[day])][:n_weeks]
    return _band(y[[day for day in older if day not in set(skip)]], width)


def closed_is_zero(y, t, n_weeks=8, skip=(), width=3.0):
    """You counted a closed day as a day with 0. Nobody measured 0: the shop was not open."""
    return _band(np.nan_to_num(y[_weeks(y, t, n_weeks, skip)], nan=0.0, posinf=np.inf), width)


def one_value_is_enough(y, t, n_weeks=8, skip=(), width=3.0):
    """You give a band although fewer than 4 values are left. The spread of one value is 0, and then
    every day is unusual.
    """
    return _band(y[_weeks(y, t, n_weeks, skip)], width, least=1)


def one_value_is_enough__from_two_on(y, t, n_weeks=8, skip=(), width=3.0):
    return _band(y[_weeks(y, t, n_weeks, skip)], width, least=2)


def one_value_is_enough__from_three_on(y, t, n_weeks=8, skip=(), width=3.0):
    return _band(y[_weeks(y, t, n_weeks, skip)], width, least=3)


def negative_positions_wrap(y, t, n_weeks=8, skip=(), width=3.0):
    """A position below 0 counts from the end of an array. So days of the future stand in for weeks
    before the first day, without an error.
    """
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= -len(y)]
    return _band(y[[day for day in days if day not in set(skip)]], width)


def width_ignored(y, t, n_weeks=8, skip=(), width=3.0):
    """The band is three robust standard deviations wide on each side, whatever ``width`` says."""
    return _band(y[_weeks(y, t, n_weeks, skip)], 3.0)


def whole_history(y, t, n_weeks=8, skip=(), width=3.0):
    """You used all earlier weeks, and not the last ``n_weeks`` of them. What was normal in spring
    is not normal now.
    """
    return _band(y[_weeks(y, t, t // 7, skip)], width)


def nan_makes_nan(y, t, n_weeks=8, skip=(), width=3.0):
    """One closed day in the history makes your whole band NaN. A missing value must be left out
    first.
    """
    h = y[_weeks(y, t, n_weeks, skip)]
    if len(h) < 4:
        return float("nan"), float("nan"), float("nan")
    middle = float(np.median(h))
    spread = 1.4826 * float(np.median(np.abs(h - middle)))
    return middle, middle - width * spread, middle + width * spread


# ---- gmv_effects ----------------------------------------------------------------------------


def _effects(one_row):
    """The effects of all segments, from a function for rows with money in both periods."""

    def effects(before, after):
        rows = []
        for b, a in zip(before, after, strict=True):
            regular = b[2] > 0 and a[2] > 0
            rows.append(one_row(b, a) if regular else reference._three_effects(b, a))
        return rows

    return effects


def _factors(row):
    users, orders, money = row
    return users, orders / users, money / orders


def _log_mean(b, a):
    return a[2] if a[2] == b[2] else (a[2] - b[2]) / math.log(a[2] / b[2])


def _one_after_the_other(b, a):
    (u0, f0, v0), (u1, f1, v1) = _factors(b), _factors(a)
    return [(u1 - u0) * f0 * v0, u1 * (f1 - f0) * v0, u1 * f1 * (v1 - v0)]


def _each_alone(b, a):
    (u0, f0, v0), (u1, f1, v1) = _factors(b), _factors(a)
    return [(u1 - u0) * f0 * v0, u0 * (f1 - f0) * v0, u0 * f0 * (v1 - v0)]


def _arithmetic(b, a):
    mean = (b[2] + a[2]) / 2
    return [mean * math.log(n / o) for o, n in zip(_factors(b), _factors(a), strict=True)]


def _scaled_percentages(b, a):
    shares = [n / o - 1 for o, n in zip(_factors(b), _factors(a), strict=True)]
    total = sum(shares)
    return [(a[2] - b[2]) * s / total if total else 0.0 for s in shares]


def _nothing_when_equal(b, a):
    if a[2] == b[2]:
        return [0.0, 0.0, 0.0]
    return reference._three_effects(b, a)


def _by_log_of_one(b, a):
    mean = (a[2] - b[2]) / math.log(a[2] / b[2])
    return [mean * math.log(n / o) for o, n in zip(_factors(b), _factors(a), strict=True)]


def _shapley(b, a):
    old, new = _factors(b), _factors(a)
    effects = [0.0, 0.0, 0.0]
    for order in itertools.permutations(range(3)):
        now = list(old)
        for k in order:
            start = math.prod(now)
            now[k] = new[k]
            effects[k] += (math.prod(now) - start) / 6
    return effects


def _money_per_user(b, a):
    factors = [(u, o / u, m / u) for u, o, m in (b, a)]
    return [_log_mean(b, a) * math.log(n / o) for o, n in zip(*factors, strict=True)]


def _reversed(b, a):
    return [-effect for effect in reference._three_effects(b, a)]


def one_after_the_other(before, after):
    """You changed users first, then orders per user, then value per order. That adds up, and yet
    another order of the three gives other effects: the last factor is valued at new levels, the
    first at old ones.
    """
    return _effects(_one_after_the_other)(before, after)


def one_after_the_other__from_the_right(before, after):
    def backwards(b, a):
        (u0, f0, v0), (u1, f1, v1) = _factors(b), _factors(a)
        return [(u1 - u0) * f1 * v1, u0 * (f1 - f0) * v1, u0 * f0 * (v1 - v0)]

    return _effects(backwards)(before, after)


def each_alone(before, after):
    """You changed one factor at a time and kept the others as they were before. What happens when
    two change together is in no effect, so the three do not add up to the change.
    """
    return _effects(_each_alone)(before, after)


def arithmetic_mean(before, after):
    """Your weight is the arithmetic mean of the two amounts. It is larger than the logarithmic mean
    when the two differ, so the effects add up to too much.
    """
    return _effects(_arithmetic)(before, after)


def percentages_scaled_to_fit(before, after):
    """You shared the change out by the percentages of the factors. Percentages do not add up: +100
    % and -50 % cancel, and their sum is not 0.
    """
    return _effects(_scaled_percentages)(before, after)


def equal_money_means_nothing(before, after):
    """Where the money is the same in both periods you returned zeros. Two effects of opposite sign
    can add up to 0: nothing moved in total and two things happened.
    """
    return _effects(_nothing_when_equal)(before, after)


def division_by_log_of_one(before, after):
    """Where the money is the same in both periods, its logarithms are too, and the logarithmic mean
    as a quotient is 0/0. The docstring says what it is there.
    """
    return _effects(_by_log_of_one)(before, after)


def division_by_log_of_one__in_numpy(before, after):
    def quiet(b, a):
        with np.errstate(all="ignore"):
            mean = np.float64(a[2] - b[2]) / np.log(a[2] / b[2])
        return [float(mean * np.log(n / o)) for o, n in zip(_factors(b), _factors(a), strict=True)]

    return _effects(quiet)(before, after)


def small_number_added(before, after):
    """A small number in the place of a 0 makes logarithms possible and effects arbitrary: which
    factor receives the change then depends on the small number.
    """
    rows = []
    for b, a in zip(before, after, strict=True):
        b, a = ([max(float(x), 1e-6) for x in row] for row in (b, a))
        mean = _log_mean(b, a)
        rows.append([mean * math.log(n / o) for o, n in zip(_factors(b), _factors(a), strict=True)])
    return rows


def small_number_added__to_everything(before, after):
    rows = []
    for b, a in zip(before, after, strict=True):
        b, a = ([float(x) + 1e-9 for x in row] for row in (b, a))
        mean = _log_mean(b, a)
        rows.append([mean * math.log(n / o) for o, n in zip(_factors(b), _factors(a), strict=True)])
    return rows


def small_number_added__a_millionth_to_everything(before, after):
    return _with_small_numbers(lambda x: x + 1e-6)(before, after)


def _with_small_numbers(raise_to):
    def effects(before, after):
        rows = []
        for b, a in zip(before, after, strict=True):
            b, a = ([raise_to(float(x)) for x in row] for row in (b, a))
            factors = zip(_factors(b), _factors(a), strict=True)
            rows.append([_log_mean(b, a) * math.log(n / o) for o, n in factors])
        return rows

    return effects


def small_number_added__nine_zeros(before, after):
    return _with_small_numbers(lambda x: max(x, 1e-9))(before, after)


def small_number_added__twelve_zeros(before, after):
    return _with_small_numbers(lambda x: max(x, 1e-12))(before, after)


def small_number_added__instead_of_zero(before, after):
    return _with_small_numbers(lambda x: x or 1e-6)(before, after)


def small_number_added__one(before, after):
    return _with_small_numbers(lambda x: max(x, 1.0))(before, after)


def money_never_receives(before, after):
    """In your answer orders per user receive the change where there are orders and no money. The
    first number that is 0 there is the money: the change must be that of money per order.
    """
    rows = []
    for b, a, row in zip(before, after, reference.gmv_effects(before, after), strict=True):
        only_money = min(b[2], a[2]) == 0 < max(b[2], a[2]) and min(b[1], a[1]) > 0
        rows.append([0.0, sum(row), 0.0] if only_money else row)
    return rows


def numbers_for_factors(before, after):
    """Your effects are those of users, orders and money themselves. The second factor is orders per
    user, and the third is money per order: only those three multiply to the money.
    """

    def by_number(b, a):
        return [_log_mean(b, a) * math.log(n / o) for o, n in zip(b, a, strict=True)]

    return _effects(by_number)(before, after)


def totals_shared_out(before, after):
    """You computed the effects of the totals and shared them out among the segments. A change of
    the mix of segments then looks like a change of orders per user.
    """
    b, a = ([float(sum(column)) for column in zip(*p, strict=True)] for p in (before, after))
    effects = reference._three_effects(b, a)
    money = [max(row[2] + other[2], 0) for row, other in zip(before, after, strict=True)]
    total = sum(money)
    return [[e * m / total if total else 0.0 for e in effects] for m in money]


def totals_shared_out__by_the_change(before, after):
    b, a = ([float(sum(column)) for column in zip(*p, strict=True)] for p in (before, after))
    effects = reference._three_effects(b, a)
    total = a[2] - b[2]
    changes = [new[2] - old[2] for old, new in zip(before, after, strict=True)]
    return [[e * c / total if total else e / len(changes) for e in effects] for c in changes]


def only_the_earlier_row_read(before, after):
    """Where a segment has no money any more, your money per order receives the whole change: you
    looked for the 0 in the row of the earlier period. It stands in the row of the period without
    money.
    """
    rows = []
    for b, a, row in zip(before, after, reference.gmv_effects(before, after), strict=True):
        ended = b[2] > 0 == a[2]
        rows.append([0.0, 0.0, sum(row)] if ended else row)
    return rows


def average_over_orders(before, after):
    """You averaged over all orders in which the factors can change (the Shapley value). That is
    exact and symmetric as well. It is another method than the one in the docstring, and its numbers
    differ.
    """
    return _effects(_shapley)(before, after)


def new_and_gone_dropped(before, after):
    """In your answer a segment without money in one period has effects of 0. Then the effects of
    all segments do not add up to the change of the total.
    """
    rows = reference.gmv_effects(before, after)
    pairs = zip(before, after, rows, strict=True)
    return [row if b[2] > 0 and a[2] > 0 else [0.0, 0.0, 0.0] for b, a, row in pairs]


def all_to_users(before, after):
    """In your answer users receive the whole change where the money is 0 in one period. If the
    users are there and do not order, their number is not what changed.
    """
    rows = reference.gmv_effects(before, after)
    pairs = zip(before, after, rows, strict=True)
    return [row if b[2] > 0 and a[2] > 0 else [sum(row), 0.0, 0.0] for b, a, row in pairs]


def last_zero_receives(before, after):
    """In your answer the factor of the money receives the whole change where the money is 0 in one
    period. But a segment without users has no orders and no money either: start at the left.
    """
    rows = reference.gmv_effects(before, after)
    pairs = zip(before, after, rows, strict=True)
    return [row if b[2] > 0 and a[2] > 0 else [0.0, 0.0, sum(row)] for b, a, row in pairs]


def zero_in_thirds(before, after):
    """In your answer each factor receives a third where the money is 0 in one period. The factor
    that is 0 explains all of it.
    """
    rows = reference.gmv_effects(before, after)
    pairs = zip(before, after, rows, strict=True)
    return [row if b[2] > 0 and a[2] > 0 else [sum(row) / 3] * 3 for b, a, row in pairs]


def money_per_user(before, after):
    """Your third factor is money per user. Users × orders per user × money per user is not the
    money: the third factor is money per order.
    """
    return _effects(_money_per_user)(before, after)


def sign_reversed(before, after):
    """The signs are the wrong way round: growth is a positive effect, after
    compared with before.
    """
    return reference.gmv_effects(after, before)


# ---- mix_and_rate ---------------------------------------------------------------------------


def _parts(rule, absent="other"):
    """Mix and rate by a rule of shares, rates and total rates."""

    def parts(before, after):
        names = [*before, *(name for name in after if name not in before)]
        tables = [{s: tuple(map(float, p.get(s, (0, 0)))) for s in names} for p in (before, after)]
        totals = [[sum(pair[i] for pair in t.values()) for i in (0, 1)] for t in tables]
        if any(d == 0 for _, d in totals):
            raise ValueError("no denominator")
        R0, R1 = (n / d for n, d in totals)
        found = {}
        for s in names:
            (n0, d0), (n1, d1) = (t[s] for t in tables)
            if d0 == d1 == 0:
                found[s] = (0.0, 0.0)
                continue
            r0 = n0 / d0 if d0 else (n1 / d1 if absent == "other" else 0.0)
            r1 = n1 / d1 if d1 else (n0 / d0 if absent == "other" else 0.0)
            w0, w1 = d0 / totals[0][1], d1 / totals[1][1]
            found[s] = rule(w0, w1, r0, r1, R0, R1)
        return found

    return parts


def _textbook(w0, w1, r0, r1, R0, R1):
    return (w1 - w0) * ((r0 + r1) / 2 - (R0 + R1) / 2), (w0 + w1) / 2 * (r1 - r0)


def mix_not_centred(before, after):
    """Your mix is the change of the share times the segment's rate. Then every segment that grows
    has a positive mix, even if it lies below the whole and pulls it down.
    """
    return _parts(
        lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * (r0 + r1) / 2, (w0 + w1) / 2 * (r1 - r0))
    )(before, after)


def mix_not_centred__rate_before(before, after):
    return _parts(lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * r0, w1 * (r1 - r0)))(before, after)


def mix_not_centred__rate_after(before, after):
    return _parts(lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * r1, w0 * (r1 - r0)))(before, after)


def interaction_lost(before, after):
    """You valued mix and rate both at the levels before. What is left, share change times rate
    change, is in neither part, and the parts do not add up.
    """
    return _parts(lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * (r0 - R0), w0 * (r1 - r0)))(
        before, after
    )


def interaction_lost__not_centred(before, after):
    return _parts(lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * r0, w0 * (r1 - r0)))(before, after)


def interaction_lost__centred_on_the_mean(before, after):
    return _parts(
        lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * (r0 - (R0 + R1) / 2), w0 * (r1 - r0))
    )(before, after)


def interaction_twice(before, after):
    """You valued mix and rate both at the levels after. Share change times rate change is then in
    both parts, and the parts add up to too much or too little.
    """
    return _parts(
        lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * (r1 - (R0 + R1) / 2), w1 * (r1 - r0))
    )(before, after)


def interaction_twice__centred_on_after(before, after):
    return _parts(lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * (r1 - R1), w1 * (r1 - r0)))(
        before, after
    )


def interaction_twice__not_centred(before, after):
    return _parts(lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * r1, w1 * (r1 - r0)))(before, after)


def interaction_to_rate(before, after):
    """You valued rate at the shares after, and mix at the rates before. It adds up, and all of what
    changed together is called rate; with the periods swapped the answer is another one.
    """
    return _parts(
        lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * (r0 - (R0 + R1) / 2), w1 * (r1 - r0))
    )(before, after)


def interaction_to_mix(before, after):
    """You valued rate at the shares before, and mix at the rates after. It adds up, and all of what
    changed together is called mix; with the periods swapped the answer is another one.
    """
    return _parts(
        lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * (r1 - (R0 + R1) / 2), w0 * (r1 - r0))
    )(before, after)


def rate_at_one_share(before, after):
    """You weighted rate by the shares of one period alone, and mix by the mean of both rates: half
    of what changed together is in neither part or in both. The parts do not add up.
    """
    return _parts(lambda w0, w1, r0, r1, *R: (_textbook(w0, w1, r0, r1, *R)[0], w0 * (r1 - r0)))(
        before, after
    )


def rate_at_one_share__after(before, after):
    return _parts(lambda w0, w1, r0, r1, *R: (_textbook(w0, w1, r0, r1, *R)[0], w1 * (r1 - r0)))(
        before, after
    )


def mix_at_one_rate(before, after):
    """Your mix uses the segment's rate of one period alone, and your rate uses the mean of both
    shares: half of what changed together is in neither part or in both. The parts do not add up.
    """
    return _parts(
        lambda w0, w1, r0, r1, *R: ((w1 - w0) * (r0 - sum(R) / 2), (w0 + w1) / 2 * (r1 - r0))
    )(before, after)


def mix_at_one_rate__after(before, after):
    return _parts(
        lambda w0, w1, r0, r1, *R: ((w1 - w0) * (r1 - sum(R) / 2), (w0 + w1) / 2 * (r1 - r0))
    )(before, after)


def centred_on_before(before, after):
    """Your mix compares the segment with the whole of the earlier period alone. The sum is right,
    and a swap of the periods does not simply turn the sign of each part.
    """
    return _parts(
        lambda w0, w1, r0, r1, R0, R1: ((w1 - w0) * ((r0 + r1) / 2 - R0), (w0 + w1) / 2 * (r1 - r0))
    )(before, after)


def centred_on_mean_of_segments(before, after):
    """Your mix compares the segment with the plain mean of the segments' rates. A small segment
    then counts as much in "the whole" as a large one.
    """
    names = dict.fromkeys([*before, *after])
    rates = []
    for s in names:
        known = [n / d for n, d in (p.get(s, (0, 0)) for p in (before, after)) if d]
        if known:
            rates.append((known[0] + known[-1]) / 2)
    centre = sum(rates) / len(rates) if rates else 0.0
    return _parts(
        lambda w0, w1, r0, r1, R0, R1: (
            (w1 - w0) * ((r0 + r1) / 2 - centre),
            (w0 + w1) / 2 * (r1 - r0),
        )
    )(before, after)


def centred_on_mean_of_segments__of_each_period(before, after):
    reference.mix_and_rate(before, after)
    rates = [[n / d for n, d in p.values() if d] for p in (before, after)]
    centre = sum(sum(each) / len(each) for each in rates) / 2
    return _parts(
        lambda w0, w1, r0, r1, R0, R1: (
            (w1 - w0) * ((r0 + r1) / 2 - centre),
            (w0 + w1) / 2 * (r1 - r0),
        )
    )(before, after)


def absent_rate_is_zero(before, after):
    """You gave a segment that is missing in one period the rate 0 there. It has no rate there:
    nobody in it did worse, and all of its part is mix.
    """
    return _parts(_textbook, absent="zero")(before, after)


def segments_of_both_only(before, after):
    """Your answer has only the segments that both periods have. The new and the gone ones moved the
    total too, and the parts do not add up without them.
    """
    parts = reference.mix_and_rate(before, after)
    known = [{s for s, (_, d) in p.items() if d > 0} for p in (before, after)]
    return {s: part for s, part in parts.items() if s in known[0] & known[1]}


def segments_of_both_only__by_name(before, after):
    parts = reference.mix_and_rate(before, after)
    return {s: part for s, part in parts.items() if s in before and s in after}


def empty_segments_lost(before, after):
    """A segment with a denominator of 0 in both periods is not in your answer. It is named, so it
    must have parts: (0, 0).
    """
    parts = reference.mix_and_rate(before, after)
    return {s: x for s, x in parts.items() if before.get(s, (0, 0))[1] or after.get(s, (0, 0))[1]}


def gone_segments_lost(before, after):
    """Your answer has the segments of the later period alone. A segment that is gone moved the
    total too.
    """
    parts = reference.mix_and_rate(before, after)
    return {s: parts[s] for s in after}


def new_segments_lost(before, after):
    """Your answer has the segments of the earlier period alone. A segment that is new moved the
    total too.
    """
    parts = reference.mix_and_rate(before, after)
    return {s: parts[s] for s in before}


def shares_of_the_numerator(before, after):
    """Your shares are those of the numerators. The total rate is a mean of the segments' rates with
    the denominators as weights.
    """
    reference.mix_and_rate(before, after)
    tops = [sum(n for n, _ in p.values()) for p in (before, after)]
    bottoms = [sum(d for _, d in p.values()) for p in (before, after)]
    centre = sum(t / b for t, b in zip(tops, bottoms, strict=True)) / 2
    parts = {}
    for s in [*before, *(name for name in after if name not in before)]:
        pairs = [p.get(s, (0, 0)) for p in (before, after)]
        known = [n / d for n, d in pairs if d]
        if not known:
            parts[s] = (0.0, 0.0)
            continue
        w0, w1 = (n / t if t else 0.0 for (n, _), t in zip(pairs, tops, strict=True))
        r0, r1 = known[0], known[-1]
        parts[s] = ((w1 - w0) * ((r0 + r1) / 2 - centre), (w0 + w1) / 2 * (r1 - r0))
    return parts


def relative_change(before, after):
    """Your parts add up to the change of the total divided by the total before. The docstring asks
    for parts of the change itself, after minus before.
    """
    return _parts(lambda *x: tuple(part / x[4] if x[4] else 0.0 for part in _textbook(*x)))(
        before, after
    )


def mix_and_rate_swapped(before, after):
    """Your rate comes first, and your mix second. It must be the other way round."""
    return {s: (rate, mix) for s, (mix, rate) in reference.mix_and_rate(before, after).items()}


def share_of_the_change(before, after):
    """You divided by the change of the total. Shares of a change explode when parts cancel and the
    total hardly moves.
    """
    parts = reference.mix_and_rate(before, after)
    total = sum(map(sum, parts.values()))
    return {s: tuple(x / total if total else 0.0 for x in part) for s, part in parts.items()}


def empty_period_gives_zeros(before, after):
    """A period without a denominator has no total rate, and so no change exists that could be
    divided. The docstring asks for an error and not for numbers.
    """
    try:
        return reference.mix_and_rate(before, after)
    except ValueError:
        return dict.fromkeys([*before, *after], (0.0, 0.0))


# ---- adjusted_difference --------------------------------------------------------------------


def _adjusted(weight, gap=None, verdict=None, crude=None, keep=False):
    def difference(before, after):
        b = {s: (float(n), float(d)) for s, (n, d) in before.items() if d > 0}
        a = {s: (float(n), float(d)) for s, (n, d) in after.items() if d > 0}
        if not a or not b:
            return float("nan"), float("nan"), False
        common = [s for s in b if s in a]
        raw = crude(b, a, common) if crude else _pooled(a) - _pooled(b)
        if not common:
            return raw, float("nan"), False
        changes = {s: a[s][0] / a[s][1] - b[s][0] / b[s][1] for s in common}
        weights = {s: weight(b, a, s) for s in common}
        total = gap(b, a) if gap else sum(weights.values())
        if not total:
            return raw, float("nan"), False
        adjusted = sum(weights[s] * changes[s] for s in common) / total
        if verdict:
            return raw, adjusted, verdict(raw, adjusted, changes)
        return raw, adjusted, min(raw, adjusted) < -1e-12 and max(raw, adjusted) > 1e-12

    return difference


def _pooled(p):
    return sum(n for n, _ in p.values()) / sum(d for _, d in p.values())


def _both(b, a, s):
    return b[s][1] + a[s][1]


def strata_count_alike(before, after):
    """In your mean every stratum has the same weight. A stratum of ten visits then counts as much
    as one of ten thousand.
    """
    return _adjusted(lambda b, a, s: 1.0)(before, after)


def weights_of_before(before, after):
    """Your weights are the denominators of the earlier period. The docstring adds both periods, so
    that a swap of the two turns only the sign.
    """
    return _adjusted(lambda b, a, s: b[s][1])(before, after)


def weights_of_after(before, after):
    """Your weights are the denominators of the later period. The docstring adds both periods, so
    that a swap of the two turns only the sign.
    """
    return _adjusted(lambda b, a, s: a[s][1])(before, after)


def weights_of_after__share(before, after):
    def weight(b, a, s):
        return a[s][1] / sum(d for _, d in a.values())

    return _adjusted(weight)(before, after)


def weights_by_numerator(before, after):
    """Your weights are numerators. A stratum with a high ratio then counts for more because it has
    a high ratio.
    """
    return _adjusted(lambda b, a, s: b[s][0] + a[s][0])(before, after)


def mean_of_the_two_shares(before, after):
    """You weighted by the mean of a stratum's two shares. If the periods differ in size, that is
    not the share in both periods together.
    """
    return _adjusted(
        lambda b, a, s: (
            b[s][1] / sum(d for _, d in b.values()) + a[s][1] / sum(d for _, d in a.values())
        )
    )(before, after)


def weights_of_precision(before, after):
    """Your weight is the product of the two denominators over their sum (Mantel and Haenszel). It
    is a good weight where the change is the same in all strata. The docstring asks for the sum.
    """
    return _adjusted(lambda b, a, s: b[s][1] * a[s][1] / (b[s][1] + a[s][1]))(before, after)


def missing_stratum_is_zero(before, after):
    """In your mean a stratum that is missing in one period takes part with the ratio 0. A ratio of
    0 says that there were users and none converted; there were none. Only common strata can be
    compared.
    """
    names = dict.fromkeys([*before, *after])
    both = [{s: p.get(s, (0, 0)) for s in names} for p in (before, after)]
    if any(all(d == 0 for _, d in p.values()) for p in both):
        return float("nan"), float("nan"), False
    crude = _pooled(both[1]) - _pooled(both[0])
    top = bottom = 0.0
    for s in sorted(names):
        (n0, d0), (n1, d1) = (p[s] for p in both)
        change = (n1 / d1 if d1 else 0.0) - (n0 / d0 if d0 else 0.0)
        top, bottom = top + (d0 + d1) * change, bottom + d0 + d1
    adjusted = top / bottom
    return crude, adjusted, min(crude, adjusted) < -1e-12 and max(crude, adjusted) > 1e-12


def missing_stratum_is_zero__also_in_an_empty_period(before, after):
    crude, _, _ = reference.adjusted_difference(before, after)
    top = bottom = 0.0
    for s in {**before, **after}:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        change = (n1 / d1 if d1 else 0.0) - (n0 / d0 if d0 else 0.0)
        top, bottom = top + (d0 + d1) * change, bottom + d0 + d1
    adjusted = top / bottom if bottom else float("nan")
    return crude, adjusted, min(crude, adjusted) < -1e-12 and max(crude, adjusted) > 1e-12


def weights_of_all_strata(before, after):
    """Your weights are shares of all strata, and the strata that are not common are then dropped.
    The rest does not add up to 1, and the mean is too close to 0.
    """
    return _adjusted(_both, gap=lambda b, a: sum(d for p in (b, a) for _, d in p.values()))(
        before, after
    )


def every_stratum_must_turn(before, after):
    """You ask that every stratum moves against the crude difference. The docstring compares two
    numbers: the crude and the adjusted difference.
    """
    return _adjusted(
        _both,
        verdict=lambda raw, adjusted, changes: (
            abs(raw) > 1e-12 and all(raw * c < 0 and abs(c) > 1e-12 for c in changes.values())
        ),
    )(before, after)


def any_stratum_turns(before, after):
    """One stratum that moves against the crude difference is enough for you. That happens in almost
    every table. The docstring compares the crude and the adjusted difference.
    """
    return _adjusted(
        _both,
        verdict=lambda raw, adjusted, changes: (
            abs(raw) > 1e-12 and any(raw * c < 0 and abs(c) > 1e-12 for c in changes.values())
        ),
    )(before, after)


def any_stratum_turns__without_a_limit(before, after):
    return _adjusted(
        _both, verdict=lambda raw, adjusted, changes: any(raw * c < 0 for c in changes.values())
    )(before, after)


def zero_counts_as_turned(before, after):
    """A difference of 0 has no sign. The crude one moves, the adjusted one does not: that is a
    change of the mix and no reversal.
    """
    return _adjusted(
        _both, verdict=lambda raw, adjusted, changes: (raw > 1e-12) != (adjusted > 1e-12)
    )(before, after)


def zero_counts_as_turned__other_sign(before, after):
    crude, adjusted, _ = reference.adjusted_difference(before, after)
    known = not math.isnan(crude) and not math.isnan(adjusted)
    return crude, adjusted, known and bool(np.sign(crude) != np.sign(adjusted))


def last_digits_turn(before, after):
    """A difference that is 0 but for the error of binary numbers was given a sign. Within 1e-12 of
    0 a difference has none, and nothing is turned.
    """
    crude, adjusted, _ = reference.adjusted_difference(before, after)
    return crude, adjusted, crude * adjusted < 0


def no_common_stratum_is_zero(before, after):
    """Without a common stratum your adjusted difference is 0. It must be NaN: nothing can be
    compared, which is not the same as no change.
    """
    crude, adjusted, turned = reference.adjusted_difference(before, after)
    return crude, (0.0 if math.isnan(adjusted) else adjusted), turned


def no_common_stratum_is_zero__where_both_have_rows(before, after):
    crude, adjusted, turned = reference.adjusted_difference(before, after)
    gap = math.isnan(adjusted) and not math.isnan(crude)
    return crude, (0.0 if gap else adjusted), turned


def before_minus_after(before, after):
    """The signs are the wrong way round: a difference is after minus before."""
    crude, adjusted, turned = reference.adjusted_difference(before, after)
    return -crude, -adjusted, turned


def crude_of_common_strata(before, after):
    """Your crude difference leaves out strata that are missing in one period. It is the difference
    that everybody sees, over all rows.
    """
    return _adjusted(
        _both,
        crude=lambda b, a, common: (
            _pooled({s: a[s] for s in common}) - _pooled({s: b[s] for s in common})
            if common
            else float("nan")
        ),
    )(before, after)


def crude_is_mean_of_ratios(before, after):
    """Your crude difference is one of mean ratios of strata. The ratio of sums is what the report
    shows.
    """
    return _adjusted(
        _both,
        crude=lambda b, a, common: (
            float(np.mean([n / d for n, d in a.values()]))
            - float(np.mean([n / d for n, d in b.values()]))
        ),
    )(before, after)


# ---- kill_decomposition ---------------------------------------------------------------------


def _period(p):
    n, d = (sum(pair[i] for pair in p.values()) for i in (0, 1))
    return n / d, d


def _centred(centre):
    """A right decomposition: share times distance from a centre, after minus before."""

    def contributions(before, after):
        (R0, d0), (R1, d1) = _period(before), _period(after)
        c = centre(R0, R1)
        parts = {}
        for s in [*before, *(name for name in after if name not in before)]:
            old = (before[s][0] - c * before[s][1]) / d0 if s in before else 0.0
            new = (after[s][0] - c * after[s][1]) / d1 if s in after else 0.0
            parts[s] = new - old
        return parts

    return contributions


_right = _centred(lambda R0, R1: (R0 + R1) / 2)


def _mix_plus_rate(before, after):
    return {s: mix + rate for s, (mix, rate) in reference.mix_and_rate(before, after).items()}


def _share_of_the_numerator(before, after):
    totals = [sum(d for _, d in p.values()) for p in (before, after)]
    names = sorted({*before, *after}, reverse=True)
    # By logarithms, as one may where every number is above 0.
    top = [
        [math.exp(math.log(p[s][0]) - math.log(total)) if s in p else 0.0 for s in names]
        for p, total in zip((before, after), totals, strict=True)
    ]
    return dict(zip(names, (np.array(top[1]) - np.array(top[0])).tolist(), strict=True))


RIGHT_DECOMPOSITIONS = {
    "centred_on_the_mean": _right,
    "mix_plus_rate": _mix_plus_rate,
    "not_centred": _centred(lambda R0, R1: 0.0),
    "share_of_the_numerator": _share_of_the_numerator,
    "centred_on_the_geometric_mean": _centred(lambda R0, R1: math.sqrt(R0 * R1)),
}


def _depends_on_scale(before, after):
    tops = sum(n for p in (before, after) for n, _ in p.values())
    bottoms = sum(d for p in (before, after) for _, d in p.values())
    return _centred(lambda R0, R1: tops / bottoms)(before, after)


def _others(before, after):
    parts = _right(before, after)
    kept = {s: x for s, x in parts.items() if s in before and s in after}
    rest = sum(x for s, x in parts.items() if s not in kept)
    return {**kept, "other": rest} if len(kept) < len(parts) else kept


def _without_interaction(before, after):
    (R0, d0), (_, d1) = _period(before), _period(after)
    parts = {}
    for s in dict.fromkeys([*before, *after]):
        pairs = [p.get(s) for p in (before, after)]
        known = [n / d for n, d in filter(None, pairs)]
        w0, w1 = (pair[1] / d if pair else 0.0 for pair, d in zip(pairs, (d0, d1), strict=True))
        parts[s] = (w1 - w0) * (known[0] - R0) + w0 * (known[-1] - known[0])
    return parts


def _asymmetric(before, after):
    return _centred(lambda R0, R1: R0)(before, after)


def _centred_on_after(before, after):
    return _centred(lambda R0, R1: R1)(before, after)


def _gone_to_the_largest(before, after):
    parts = _right(before, after)
    largest = max(after, key=lambda s: after[s][1])
    for s in parts:
        if s not in after:
            parts[largest] += parts[s]
            parts[s] = 0.0
    return parts


def _residual_by_counts(before, after):
    (R0, _), (R1, _) = _period(before), _period(after)
    parts = _without_interaction(before, after)
    counts = {s: before.get(s, (0, 0))[1] + after.get(s, (0, 0))[1] for s in parts}
    rest = R1 - R0 - sum(parts.values())
    return {s: x + rest * counts[s] / sum(counts.values()) for s, x in parts.items()}


def _gone_lost(before, after):
    return {s: x for s, x in _right(before, after).items() if s in after}


def _key_added(before, after):
    (R0, _), (R1, _) = _period(before), _period(after)
    parts = _without_interaction(before, after)
    return {**parts, "interaction": R1 - R0 - sum(parts.values())}


def _residual_to_the_last(before, after):
    (R0, _), (R1, _) = _period(before), _period(after)
    parts = _without_interaction(before, after)
    parts[max(parts)] += R1 - R0 - sum(parts.values())
    return parts


def _spread_by_size(before, after):
    (R0, d0), (R1, d1) = _period(before), _period(after)
    weights = {
        s: (before.get(s, (0, 0))[1] / d0 + after.get(s, (0, 0))[1] / d1) / 2
        for s in dict.fromkeys([*before, *after])
    }
    return {s: (R1 - R0) * w for s, w in weights.items()}


def _by_counts(before, after):
    (R0, _), (R1, _) = _period(before), _period(after)
    names = dict.fromkeys([*before, *after])
    changes = {s: after.get(s, (0, 0))[0] - before.get(s, (0, 0))[0] for s in names}
    total = sum(changes.values())
    return {s: (R1 - R0) * c / total if total else 0.0 for s, c in changes.items()}


def _changes_its_input(before, after):
    parts = _right(before, after)
    for s in parts:
        before.setdefault(s, (0, 0))
        after.setdefault(s, (0, 0))
    return parts


def _rounded(before, after):
    return {s: round(x, 3) for s, x in _right(before, after).items()}


WRONG_DECOMPOSITIONS = {
    "depends_on_scale": _depends_on_scale,
    "new_and_gone_are_other": _others,
    "interaction_is_lost": _without_interaction,
    "centred_on_the_period_before": _asymmetric,
    "centred_on_the_period_after": _centred_on_after,
    "gone_given_to_the_largest": _gone_to_the_largest,
    "residual_by_counts": _residual_by_counts,
    "gone_is_lost": _gone_lost,
    "key_interaction_added": _key_added,
    "residual_to_the_last_segment": _residual_to_the_last,
    "spread_by_size": _spread_by_size,
    "spread_by_counts": _by_counts,
    "changes_its_input": _changes_its_input,
    "rounded_to_three_digits": _rounded,
}


def accepts_any_decomposition(fn):
    """Your test rejected none of the wrong implementations. Which inputs would tell them apart:
    does the mix move, does a segment come, go or stand still?
    """
    return True


def rejects_any_decomposition(fn):
    """Your test rejects every implementation, right ones too. What does it ask of them that the
    contract does not promise?
    """
    return False


_EASY = ({"a": (30, 100), "b": (40, 100)}, {"a": (20, 100), "b": (45, 100)})
_SHIFT = ({"a": (30, 100), "b": (40, 50)}, {"a": (50, 60), "b": (20, 140)})
_STILL = (
    {"still": (20, 100), "gone": (30, 60), "c": (8, 40)},
    {"still": (10, 50), "new": (21, 35), "c": (6, 15)},
)


def _adds_up(fn, before, after):
    parts = fn(*copy.deepcopy((before, after)))
    return abs(sum(parts.values()) - (_period(after)[0] - _period(before)[0])) < 1e-9


def sum_of_one_case(fn):
    """Your test rejects only a few implementations that do not add up. Many wrong ones do add up
    where no segment comes or goes, and the sum is one of six things that always hold.
    """
    return _adds_up(fn, *_SHIFT)


def sum_only(fn):
    """Your test rejects only implementations that do not add up. A decomposition can add up and
    still blame the wrong segment: the contract names five more things that always hold.
    """
    return all(_adds_up(fn, *case) for case in (_EASY, _SHIFT, _STILL))


def sum_and_keys(fn):
    """Your test rejects only implementations that do not add up or that name other segments. What
    holds for swapped periods, for a segment that stands still, and for the scale?
    """
    return sum_only(fn) and all(
        fn(*copy.deepcopy(case)).keys() == {*case[0], *case[1]} for case in (_EASY, _SHIFT, _STILL)
    )


def compares_with_own_values(fn):
    """Your test rejects right implementations whose contributions have other values than those of
    one decomposition. Check what the contract says, not one set of numbers.
    """
    return all(
        fn(*copy.deepcopy(case)).keys() == _right(*case).keys()
        and np.allclose(
            [fn(*copy.deepcopy(case))[s] for s in _right(*case)], list(_right(*case).values())
        )
        for case in (_EASY, _SHIFT, _STILL)
    )


def properties_of_an_easy_case(fn):
    """Your test lets many wrong implementations through. Where the mix does not move and no segment
    is new or gone, they agree with the right ones.
    """
    before, after = copy.deepcopy(_EASY)
    parts, back = fn(before, after), fn(after, before)
    tenfold = {s: (10 * n, 10 * d) for s, (n, d) in after.items()}
    scaled = fn(before, tenfold)
    return bool(
        (before, after) == _EASY
        and _adds_up(fn, before, after)
        and parts.keys() == before.keys()
        and all(abs(parts[s] + back[s]) < 1e-9 and abs(parts[s] - scaled[s]) < 1e-9 for s in parts)
    )


# ---- find_cause -----------------------------------------------------------------------------

_NAMES = ["city", "channel", "device", "category"]
_SINGLES = [[name] for name in _NAMES]
_PAIRS = [list(pair) for pair in itertools.combinations(_NAMES, 2)]


def _largest(case, groups, score, least=0.0):
    """The group with the largest score, among those with at least that share of
    what was expected.
    """
    best, best_score = {}, -math.inf
    total = case["expected"].sum()
    for names in groups:
        values = case[names].to_numpy().T
        sizes = values.max(axis=1) + 1
        number = np.ravel_multi_index(values, sizes)
        expected = np.bincount(number, case["expected"])
        actual = np.bincount(number, case["actual"])
        with np.errstate(all="ignore"):
            scores = np.where(expected > 0, score(expected, actual), -np.inf)
        scores[expected < least * total] = -np.inf
        if scores.max() > best_score:
            best_score = scores.max()
            found = np.unravel_index(scores.argmax(), sizes)
            best = {name: int(value) for name, value in zip(names, found, strict=True)}
    return best


def largest_fall(cases):
    """The single value with the largest absolute fall: this is the baseline. A large value falls
    most because it is large, even if nothing happened to it.
    """
    return [_largest(case, _SINGLES, lambda e, a: e - a) for case in cases]


def largest_percentage(cases):
    """The single value with the largest percentage fall. A tiny group falls by any percentage by
    chance.
    """
    return [_largest(case, _SINGLES, lambda e, a: 1 - a / e) for case in cases]


def largest_percentage_of_pairs(cases):
    """The largest percentage fall, pairs allowed. The smallest pair wins, by chance: it was
    expected to have hardly an order and has none.
    """
    return [_largest(case, _SINGLES + _PAIRS, lambda e, a: 1 - a / e) for case in cases]


def largest_fall_of_pairs(cases):
    """The largest absolute fall, pairs allowed. A pair is part of its two values, so it can only
    win by noise, and a single value around the true pair wins instead.
    """
    return [_largest(case, _SINGLES + _PAIRS, lambda e, a: e - a) for case in cases]


def single_values_only(cases):
    """The score is good and is tried on single values only. About half of the causes are a pair of
    two dimensions.
    """
    return [_most_surprising(case) for case in cases]


def _most_surprising(case):
    total_e, total_a = case["expected"].sum(), case["actual"].sum()
    return _largest(
        case, _SINGLES, lambda e, a: (e * total_a / total_e - a) / np.sqrt(e * total_a / total_e)
    )


def largest_remaining(cases):
    """You chose the group with the most orders now. The group that fell is the one
    that lost them.
    """
    return [_largest(case, _SINGLES, lambda e, a: a) for case in cases]


def largest_rise(cases):
    """The sign is the wrong way round: this is the group that rose most."""
    return [_largest(case, _SINGLES, lambda e, a: a - e) for case in cases]


def largest_rise__of_pairs(cases):
    return [_largest(case, _SINGLES + _PAIRS, lambda e, a: a - e) for case in cases]


def one_answer_for_all(cases):
    """The same group for every case. Each case has a cause of its own."""
    return [{"channel": int(case["channel"].iloc[0])} for case in cases]
