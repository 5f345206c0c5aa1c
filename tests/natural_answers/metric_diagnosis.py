"""Bank of natural answers for notebook 12, metric_diagnosis. Written from the statements alone."""

from collections import defaultdict
import copy
import itertools
import math

import numpy as np
import pandas as pd
import random
import statistics
from itertools import combinations
from fractions import Fraction
from scipy import integrate, stats
from collections import Counter

UNSURE = {
    "kill_decomposition__unsure_expects_error": "goes outside the contract (empty period): wrong only if a right implementation does not raise ValueError there",
    "kill_decomposition__unsure_zero_inputs": "goes outside the contract (denominator 0): wrong only if a right implementation divides by zero there",
    "find_cause__unsure_numpy_ints": "the values are numpy integers, equal to int",
    "mix_and_rate__unsure_lists": "each segment has a list [mix, rate], not a tuple",
    "gmv_effects__unsure_tuples": "rows are tuples, not lists",
}

# ------------------------------------------------------------------ break_diagnosis
_ALIKE = [(3, "a", "u", 10, 2, 20), (10, "a", "u", 10, 2, 20)]


def _bd(defect):
    if defect == "incomplete_day":
        return _ALIKE + [(14, "a", "u", 10, 1, 10)], 14
    if defect == "weekday_ignored":
        return [(6, "a", "u", 10, 2, 20), (13, "a", "u", 10, 2, 20)], 14
    if defect == "mean_of_ratios":
        return _ALIKE + [(10, "a", "v", 1, 1, 5)], 14
    if defect == "only_visits_that_ordered":
        return _ALIKE + [(11, "a", "u", 10, 0, 0)], 14
    if defect == "mix_read_as_rate":
        return [
            (3, "a", "u", 10, 4, 4),
            (3, "b", "v", 10, 1, 1),
            (10, "a", "u", 10, 4, 4),
            (10, "b", "v", 30, 3, 3),
        ], 14
    return _ALIKE + [(3, "a", "w", 5, 5, 900), (3, "a", "x", 5, 1, 9), (10, "a", "x", 5, 1, 9)], 14


def break_diagnosis__right_if_chain(defect):
    return _bd(defect)


def break_diagnosis__right_dict(defect):
    inputs = {
        "incomplete_day": [(20, "s", "p", 1, 1, 1)],
        "weekday_ignored": [(15, "s", "p", 4, 1, 50), (9, "s", "p", 4, 1, 30)],
        "mean_of_ratios": [
            (14, "s", "p", 100, 1, 1),
            (14, "s", "q", 1, 1, 1),
            (8, "s", "p", 2, 1, 1),
        ],
        "only_visits_that_ordered": [(7, "s", "p", 4, 1, 30), (15, "s", "p", 4, 0, 0)],
        "mix_read_as_rate": [
            (7, "new", "p", 10, 1, 1),
            (7, "old", "q", 90, 45, 45),
            (15, "new", "p", 90, 18, 18),
            (15, "old", "q", 10, 6, 6),
        ],
        "one_whale": [
            (7, "s", "p", 9, 9, 10_000),
            (15, "s", "q", 9, 9, 10),
            (15, "s", "r", 9, 9, 10),
        ],
    }
    return inputs[defect], 20


def break_diagnosis__right_most_fell(defect):
    if defect == "one_whale":  # two of three fall a little, one rises a lot
        rows = [
            (0, "a", "u", 1, 1, 5),
            (7, "a", "u", 1, 1, 4),
            (1, "a", "v", 1, 1, 5),
            (13, "a", "w", 1, 1, 500),
        ]
        return rows, 14
    if defect == "only_visits_that_ordered":  # users with a row but no order
        return [(0, "a", "u", 1, 1, 5), (7, "a", "v", 3, 0, 0)], 14
    return _bd(defect)


def break_diagnosis__wrong_last_complete_day(defect):
    """incomplete_day: the added row is on day end - 1, which is complete and counts in both."""
    if defect == "incomplete_day":
        return _ALIKE + [(13, "a", "u", 10, 1, 10)], 14
    return _bd(defect)


def break_diagnosis__wrong_day_after_end(defect):
    """incomplete_day: a row lies after day end; days are from 0 to end."""
    if defect == "incomplete_day":
        return _ALIKE + [(15, "a", "u", 10, 1, 10)], 14
    return _bd(defect)


def break_diagnosis__wrong_same_two_days(defect):
    """weekday_ignored: nothing but the last day has money, so the last day less the day before is the later week less the earlier one."""
    if defect == "weekday_ignored":
        return [(13, "a", "u", 10, 2, 20)], 14
    return _bd(defect)


def break_diagnosis__wrong_weeks_equal_and_days_equal(defect):
    """weekday_ignored: both weeks are alike and the last two days hold no money: 0 and 0."""
    if defect == "weekday_ignored":
        return list(_ALIKE), 14
    return _bd(defect)


def break_diagnosis__wrong_equal_visits(defect):
    """mean_of_ratios: all users have ten visits, so the mean of ratios is the ratio of sums."""
    if defect == "mean_of_ratios":
        return _ALIKE + [(10, "a", "v", 10, 9, 90)], 14
    return _bd(defect)


def break_diagnosis__wrong_two_rows_of_one_user(defect):
    """mean_of_ratios: two rows with different ratios, but of one user, whose orders and visits are added up first."""
    if defect == "mean_of_ratios":
        return _ALIKE + [(11, "a", "u", 1, 1, 5)], 14
    return _bd(defect)


def break_diagnosis__wrong_lost_in_both_weeks(defect):
    """only_visits_that_ordered: the same row without an order in both weeks, so the difference of conversion is 0 with and without it."""
    if defect == "only_visits_that_ordered":
        return _ALIKE + [(4, "a", "v", 10, 0, 0), (11, "a", "v", 10, 0, 0)], 14
    return _bd(defect)


def break_diagnosis__wrong_few_orders(defect):
    """only_visits_that_ordered: the added row has one order, so it is not lost."""
    if defect == "only_visits_that_ordered":
        return _ALIKE + [(11, "a", "u", 10, 1, 10)], 14
    return _bd(defect)


def break_diagnosis__wrong_one_segment(defect):
    """mix_read_as_rate: with one segment the change within segments is the change of the whole."""
    if defect == "mix_read_as_rate":
        return [(3, "a", "u", 10, 4, 4), (10, "a", "u", 10, 2, 2)], 14
    return _bd(defect)


def break_diagnosis__wrong_mix_and_rate_agree(defect):
    """mix_read_as_rate: the mix moves, but both segments fall too, so both signs are -1."""
    if defect == "mix_read_as_rate":
        return [
            (3, "a", "u", 10, 4, 4),
            (3, "b", "v", 10, 2, 2),
            (10, "a", "u", 10, 3, 3),
            (10, "b", "v", 30, 3, 3),
        ], 14
    return _bd(defect)


def break_diagnosis__wrong_whale_and_all(defect):
    """one_whale: the large customer and the other one both fall: sales fall, and most fell."""
    if defect == "one_whale":
        return [
            (3, "a", "u", 9, 9, 900),
            (3, "a", "v", 9, 2, 20),
            (10, "a", "u", 9, 1, 10),
            (10, "a", "v", 9, 1, 10),
        ], 14
    return _bd(defect)


def break_diagnosis__wrong_whale_alone(defect):
    """one_whale: one user only. He falls, so more than half of the users fall."""
    if defect == "one_whale":
        return [(3, "a", "u", 9, 9, 900), (10, "a", "u", 9, 1, 10)], 14
    return _bd(defect)


def break_diagnosis__wrong_money_without_order(defect):
    """A row with money but no order, which is not allowed."""
    rows, end = _bd(defect)
    return rows + [(12, "a", "z", 3, 0, 30)], end


def break_diagnosis__wrong_end_too_early(defect):
    """end is 7: there is no earlier week, and end must be from 14 to 20."""
    rows, _ = _bd(defect)
    return [(max(d - 7, 0), *rest) for d, *rest in rows], 7


# ------------------------------------------------------------------ weekday_band
def weekday_band__right_list(y, t, n_weeks=8, skip=(), width=3.0):
    days = [t - 7 * k for k in range(1, n_weeks + 1)]
    h = [y[d] for d in days if d >= 0 and d not in skip]
    h = np.array([v for v in h if not np.isnan(v)], dtype=float)
    if len(h) < 4:
        return float("nan"), float("nan"), float("nan")
    m = float(np.median(h))
    s = 1.4826 * float(np.median(np.abs(h - m)))
    return m, m - width * s, m + width * s


def weekday_band__right_numpy(y, t, n_weeks=8, skip=(), width=3.0):
    days = t - 7 * np.arange(1, n_weeks + 1)
    days = days[days >= 0]
    days = days[~np.isin(days, list(skip))]
    h = np.asarray(y, float)[days]
    h = h[~np.isnan(h)]
    if h.size < 4:
        return (np.nan,) * 3
    middle = np.median(h)
    half = width * 1.4826 * np.median(abs(h - middle))
    return middle, middle - half, middle + half


def weekday_band__right_pandas(y, t, n_weeks=8, skip=(), width=3.0):
    past = pd.Series(y, dtype=float).iloc[:t]
    same = past[(past.index % 7 == t % 7) & (past.index >= t - 7 * n_weeks)]
    same = same.drop([d for d in skip if d in same.index]).dropna()
    if len(same) < 4:
        return (float("nan"),) * 3
    expected = same.median()
    half = width * 1.4826 * (same - expected).abs().median()
    return float(expected), float(expected - half), float(expected + half)


def _hist(y, t, n_weeks, skip):
    return np.array(
        [
            y[d]
            for d in (t - 7 * k for k in range(1, n_weeks + 1))
            if d >= 0 and d not in skip and not np.isnan(y[d])
        ],
        dtype=float,
    )


def _band(h, width, least=4, factor=1.4826):
    if len(h) < least:
        return (math.nan,) * 3
    m = np.median(h)
    s = factor * np.median(np.abs(h - m))
    return float(m), float(m - width * s), float(m + width * s)


def weekday_band__wrong_negative_days(y, t, n_weeks=8, skip=(), width=3.0):
    """Days before the start are not left out: negative positions read the end of y, which is the future."""
    h = np.array(
        [
            y[t - 7 * k]
            for k in range(1, n_weeks + 1)
            if t - 7 * k not in skip and t - 7 * k >= -len(y)
        ],
        dtype=float,
    )
    return _band(h[~np.isnan(h)], width)


def weekday_band__wrong_older_weeks_fill(y, t, n_weeks=8, skip=(), width=3.0):
    """What is left out is replaced by an older week, until n_weeks values are found."""
    h, d = [], t - 7
    while d >= 0 and len(h) < n_weeks:
        if d not in skip and not np.isnan(y[d]):
            h.append(y[d])
        d -= 7
    return _band(np.array(h), width)


def weekday_band__wrong_mean_and_std(y, t, n_weeks=8, skip=(), width=3.0):
    """Mean and standard deviation: one wild week moves both."""
    h = _hist(y, t, n_weeks, skip)
    if len(h) < 4:
        return (math.nan,) * 3
    return h.mean(), h.mean() - width * h.std(ddof=1), h.mean() + width * h.std(ddof=1)


def weekday_band__wrong_no_factor(y, t, n_weeks=8, skip=(), width=3.0):
    """The MAD without 1.4826: the band is a third too narrow."""
    return _band(_hist(y, t, n_weeks, skip), width, factor=1.0)


def weekday_band__wrong_mean_deviation(y, t, n_weeks=8, skip=(), width=3.0):
    """The mean of the absolute deviations, not their median."""
    h = _hist(y, t, n_weeks, skip)
    if len(h) < 4:
        return (math.nan,) * 3
    m = np.median(h)
    s = 1.4826 * np.abs(h - m).mean()
    return float(m), float(m - width * s), float(m + width * s)


def weekday_band__wrong_own_day(y, t, n_weeks=8, skip=(), width=3.0):
    """The day that is judged is in its own history (k from 0)."""
    days = [t - 7 * k for k in range(0, n_weeks + 1)]
    h = np.array([y[d] for d in days if d >= 0 and d not in skip and not np.isnan(y[d])])
    return _band(h, width)


def weekday_band__wrong_week_short(y, t, n_weeks=8, skip=(), width=3.0):
    """range(1, n_weeks): the oldest week is missing."""
    return _band(_hist(y, t, n_weeks - 1, skip), width)


def weekday_band__wrong_nan_counts(y, t, n_weeks=8, skip=(), width=3.0):
    """Closed days count towards the 4 values (nanmedian drops them only later): with 3 values and a NaN there is a band."""
    h = np.array(
        [y[d] for d in (t - 7 * k for k in range(1, n_weeks + 1)) if d >= 0 and d not in skip],
        dtype=float,
    )
    if len(h) < 4 or np.isnan(h).all():
        return (math.nan,) * 3
    m = np.nanmedian(h)
    s = 1.4826 * np.nanmedian(np.abs(h - m))
    return float(m), float(m - width * s), float(m + width * s)


def weekday_band__wrong_nan_spreads(y, t, n_weeks=8, skip=(), width=3.0):
    """NaN is not left out: one closed day in the history makes everything NaN."""
    h = np.array(
        [y[d] for d in (t - 7 * k for k in range(1, n_weeks + 1)) if d >= 0 and d not in skip],
        dtype=float,
    )
    return _band(h, width)


def weekday_band__wrong_five_needed(y, t, n_weeks=8, skip=(), width=3.0):
    """<= 4 for < 4: exactly four values give NaN."""
    return _band(_hist(y, t, n_weeks, skip), width, least=5)


def weekday_band__wrong_no_minimum(y, t, n_weeks=8, skip=(), width=3.0):
    """A band is given for one to three values too."""
    return _band(_hist(y, t, n_weeks, skip), width, least=1)


def weekday_band__wrong_skip_ignored(y, t, n_weeks=8, skip=(), width=3.0):
    """skip is not used: holidays stay in the history."""
    return _band(_hist(y, t, n_weeks, ()), width)


def weekday_band__wrong_width_ignored(y, t, n_weeks=8, skip=(), width=3.0):
    """Always three standard deviations."""
    return _band(_hist(y, t, n_weeks, skip), 3.0)


def weekday_band__wrong_all_weekdays(y, t, n_weeks=8, skip=(), width=3.0):
    """All days of the last n_weeks weeks, not only the same weekday."""
    h = np.array(
        [y[d] for d in range(max(0, t - 7 * n_weeks), t) if d not in skip and not np.isnan(y[d])]
    )
    return _band(h, width)


def weekday_band__wrong_skip_set_to_nan(y, t, n_weeks=8, skip=(), width=3.0):
    """Writes NaN into y on the days in skip: the caller's array is changed."""
    y[list(skip)] = np.nan
    return _band(_hist(y, t, n_weeks, ()), width)


# ------------------------------------------------------------------ gmv_effects
def gmv_effects__right_cases(before, after):
    effects = []
    for (u0, o0, m0), (u1, o1, m1) in zip(before, after):
        change = m1 - m0
        if m0 > 0 and m1 > 0:
            mean = m0 if m0 == m1 else change / (math.log(m1) - math.log(m0))
            effects.append(
                [
                    mean * math.log(u1 / u0),
                    mean * math.log((o1 / u1) / (o0 / u0)),
                    mean * math.log((m1 / o1) / (m0 / o0)),
                ]
            )
        elif m0 == m1:
            effects.append([0.0, 0.0, 0.0])
        else:
            users, orders = (u0, o0) if m0 == 0 else (u1, o1)
            first = 0 if users == 0 else 1 if orders == 0 else 2
            effects.append([change if k == first else 0.0 for k in range(3)])
    return effects


def gmv_effects__right_log_differences(before, after):
    out = []
    for b, a in zip(before, after):
        row = [0.0, 0.0, 0.0]
        if b[2] > 0 and a[2] > 0:
            d = [math.log(x) - math.log(y) for x, y in zip(a, b)]
            scale = b[2] if a[2] == b[2] else (a[2] - b[2]) / d[2]
            row = [scale * d[0], scale * (d[1] - d[0]), scale * (d[2] - d[1])]
        elif b[2] != a[2]:
            empty = b if b[2] == 0 else a
            row[next(k for k in range(3) if empty[k] == 0)] = float(a[2] - b[2])
        out.append(row)
    return out


def gmv_effects__right_index(before, after):
    def logmean(a, b):
        return a if a == b else (a - b) / math.log(a / b)

    def one(b, a):
        if not b[2] and not a[2]:
            return [0.0] * 3
        if b[2] and a[2]:
            weight = logmean(a[2], b[2])
            fa, fb = (a[0], a[1] / a[0], a[2] / a[1]), (b[0], b[1] / b[0], b[2] / b[1])
            return [weight * math.log(x / y) for x, y in zip(fa, fb)]
        gone = list(a if not a[2] else b)
        place = gone.index(0)
        return [0.0] * place + [float(a[2] - b[2])] + [0.0] * (2 - place)

    return list(map(one, before, after))


def gmv_effects__unsure_tuples(before, after):
    return [tuple(row) for row in gmv_effects__right_cases(before, after)]


def _lmdi(b, a, equal=None):
    d = [math.log(x) - math.log(y) for x, y in zip(a, b)]
    scale = (b[2] if equal is None else equal) if a[2] == b[2] else (a[2] - b[2]) / d[2]
    return [scale * d[0], scale * (d[1] - d[0]), scale * (d[2] - d[1])]


def _zero(b, a):
    row = [0.0, 0.0, 0.0]
    if a[2] != b[2]:
        empty = b if b[2] == 0 else a
        row[next(k for k in range(3) if empty[k] == 0)] = float(a[2] - b[2])
    return row


def gmv_effects__wrong_one_after_the_other(before, after):
    """Changes the factors one after the other: adds up, but the result depends on the order and is not the LMDI."""
    out = []
    for b, a in zip(before, after):
        if b[2] > 0 and a[2] > 0:
            o0, o1, v0, v1 = b[1] / b[0], a[1] / a[0], b[2] / b[1], a[2] / a[1]
            out.append([(a[0] - b[0]) * o0 * v0, a[0] * (o1 - o0) * v0, a[0] * o1 * (v1 - v0)])
        else:
            out.append(_zero(b, a))
    return out


def gmv_effects__wrong_equal_money_is_zero(before, after):
    """Money that did not change gives 0, 0, 0, although the factors moved against each other."""
    return [
        [0.0] * 3 if b[2] == a[2] else _lmdi(b, a) if b[2] and a[2] else _zero(b, a)
        for b, a in zip(before, after)
    ]


def gmv_effects__wrong_equal_money_raises(before, after):
    """Equal money divides 0 by 0: no line of its own for the logarithmic mean of equal amounts."""
    out = []
    for b, a in zip(before, after):
        if b[2] > 0 and a[2] > 0:
            scale = (a[2] - b[2]) / (math.log(a[2]) - math.log(b[2]))
            d = [math.log(x / y) for x, y in zip(a, b)]
            out.append([scale * d[0], scale * (d[1] - d[0]), scale * (d[2] - d[1])])
        else:
            out.append(_zero(b, a))
    return out


def gmv_effects__wrong_arithmetic_mean(before, after):
    """The arithmetic mean of the two amounts instead of the logarithmic mean: the effects do not add up."""
    out = []
    for b, a in zip(before, after):
        if b[2] > 0 and a[2] > 0:
            scale, d = (a[2] + b[2]) / 2, [math.log(x / y) for x, y in zip(a, b)]
            out.append([scale * d[0], scale * (d[1] - d[0]), scale * (d[2] - d[1])])
        else:
            out.append(_zero(b, a))
    return out


def gmv_effects__wrong_new_segment_shared(before, after):
    """The change of a new or gone segment is shared equally among the three factors."""
    return [
        _lmdi(b, a) if b[2] and a[2] else [(a[2] - b[2]) / 3] * 3 for b, a in zip(before, after)
    ]


def gmv_effects__wrong_always_users(before, after):
    """A segment with money in one period only always gives its change to users, also when users are there and do not order."""
    return [
        _lmdi(b, a) if b[2] and a[2] else [float(a[2] - b[2]), 0.0, 0.0]
        for b, a in zip(before, after)
    ]


def gmv_effects__wrong_from_the_right(before, after):
    """Looks at money first: money is 0 whenever users or orders are, so the change always goes to money per order."""
    return [
        _lmdi(b, a) if b[2] and a[2] else [0.0, 0.0, float(a[2] - b[2])]
        for b, a in zip(before, after)
    ]


def gmv_effects__wrong_first_zero_in_either(before, after):
    """Looks for the first 0 in either period at each factor, not in the period without money. Differs only if the other period has a 0 too, or where money alone is 0."""
    out = []
    for b, a in zip(before, after):
        if b[2] and a[2]:
            out.append(_lmdi(b, a))
        else:
            k = 0 if 0 in (b[0], a[0]) else 1
            out.append([float(a[2] - b[2]) if j == k else 0.0 for j in range(3)])
    return out


def gmv_effects__wrong_new_left_out(before, after):
    """Segments with money in one period only have effects 0: the sum misses their change."""
    return [_lmdi(b, a) if b[2] and a[2] else [0.0] * 3 for b, a in zip(before, after)]


def gmv_effects__wrong_small_epsilon(before, after):
    """Replaces 0 by a small number and takes logarithms: the change of a segment without money is spread over several factors."""
    e = 1e-9
    return [_lmdi([max(x, e) for x in b], [max(x, e) for x in a]) for b, a in zip(before, after)]


def gmv_effects__wrong_counts_for_factors(before, after):
    """Logarithms of users, orders and money, not of users, orders per user and money per order: the three do not add up."""
    out = []
    for b, a in zip(before, after):
        if b[2] and a[2]:
            scale = b[2] if a[2] == b[2] else (a[2] - b[2]) / math.log(a[2] / b[2])
            out.append([scale * math.log(x / y) for x, y in zip(a, b)])
        else:
            out.append(_zero(b, a))
    return out


def gmv_effects__wrong_sign(before, after):
    """Before minus after: all signs are turned."""
    return gmv_effects__right_cases(after, before)


def gmv_effects__wrong_total(before, after):
    """Divides the change of the total over all segments, one row: mix between segments hides in the factors."""
    return gmv_effects__right_cases(
        [np.sum(before, axis=0).tolist()], [np.sum(after, axis=0).tolist()]
    )


def gmv_effects__wrong_log_base(before, after):
    """Base 2 in the factors and base e in the mean: too large by 1 / ln 2."""
    return [
        [e / math.log(2) for e in _lmdi(b, a)] if b[2] and a[2] else _zero(b, a)
        for b, a in zip(before, after)
    ]


# ------------------------------------------------------------------ mix_and_rate
def mix_and_rate__right_loop(before, after):
    n0, d0 = sum(n for n, _ in before.values()), sum(d for _, d in before.values())
    n1, d1 = sum(n for n, _ in after.values()), sum(d for _, d in after.values())
    if d0 <= 0 or d1 <= 0:
        raise ValueError("a period is empty")
    centre = (n0 / d0 + n1 / d1) / 2
    parts = {}
    for name in {**before, **after}:
        a0, b0 = before.get(name, (0, 0))
        a1, b1 = after.get(name, (0, 0))
        if b0 == 0 and b1 == 0:
            parts[name] = (0.0, 0.0)
            continue
        r0 = a0 / b0 if b0 > 0 else a1 / b1
        r1 = a1 / b1 if b1 > 0 else r0
        s0, s1 = b0 / d0, b1 / d1
        parts[name] = ((s1 - s0) * ((r0 + r1) / 2 - centre), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__right_pandas(before, after):
    names = sorted(set(before) | set(after))
    t = pd.DataFrame(
        [[*before.get(k, (0, 0)), *after.get(k, (0, 0))] for k in names],
        index=names,
        columns=["n0", "d0", "n1", "d1"],
        dtype=float,
    )
    total = t.sum()
    if total["d0"] == 0 or total["d1"] == 0:
        raise ValueError("no denominator")
    r0 = t["n0"] / t["d0"].replace(0, np.nan)
    r1 = t["n1"] / t["d1"].replace(0, np.nan)
    r0, r1 = r0.fillna(r1).fillna(0), r1.fillna(r0).fillna(0)
    s0, s1 = t["d0"] / total["d0"], t["d1"] / total["d1"]
    centre = (total["n0"] / total["d0"] + total["n1"] / total["d1"]) / 2
    mix, rate = (s1 - s0) * ((r0 + r1) / 2 - centre), (r1 - r0) * (s0 + s1) / 2
    return {k: (float(mix[k]), float(rate[k])) for k in names}


def mix_and_rate__right_numpy(before, after):
    names = list(dict.fromkeys([*before, *after]))
    b = np.array([before.get(k, (0, 0)) for k in names], float).reshape(-1, 2)
    a = np.array([after.get(k, (0, 0)) for k in names], float).reshape(-1, 2)
    if not b[:, 1].any() or not a[:, 1].any():
        raise ValueError("period without a denominator")
    safe = lambda x: np.divide(x[:, 0], x[:, 1], out=np.zeros(len(x)), where=x[:, 1] > 0)  # noqa: E731
    rb, ra = safe(b), safe(a)
    rb, ra = np.where(b[:, 1] > 0, rb, ra), np.where(a[:, 1] > 0, ra, rb)
    sb, sa = b[:, 1] / b[:, 1].sum(), a[:, 1] / a[:, 1].sum()
    centre = np.mean([x[:, 0].sum() / x[:, 1].sum() for x in (b, a)])
    mix, rate = (sa - sb) * ((rb + ra) / 2 - centre), (ra - rb) * (sb + sa) / 2
    return dict(zip(names, zip(mix, rate)))


def mix_and_rate__unsure_lists(before, after):
    return {k: list(v) for k, v in mix_and_rate__right_loop(before, after).items()}


def _mar(
    before,
    after,
    names=None,
    centre=lambda t0, t1: (t0 + t1) / 2,
    weight=lambda s0, s1: (s0 + s1) / 2,
    level=lambda r0, r1: (r0 + r1) / 2,
    missing="other",
    check=True,
):
    n0, d0 = sum(n for n, _ in before.values()), sum(d for _, d in before.values())
    n1, d1 = sum(n for n, _ in after.values()), sum(d for _, d in after.values())
    if check and (d0 <= 0 or d1 <= 0):
        raise ValueError("a period is empty")
    c = centre(n0 / d0, n1 / d1)
    parts = {}
    for name in names if names is not None else {**before, **after}:
        (a0, b0), (a1, b1) = before.get(name, (0, 0)), after.get(name, (0, 0))
        if not b0 and not b1:
            parts[name] = (0.0, 0.0)
            continue
        r0 = a0 / b0 if b0 else (a1 / b1 if missing == "other" else 0.0)
        r1 = a1 / b1 if b1 else (a0 / b0 if missing == "other" else 0.0)
        s0, s1 = b0 / d0, b1 / d1
        parts[name] = ((s1 - s0) * (level(r0, r1) - c), (r1 - r0) * weight(s0, s1))
    return parts


def mix_and_rate__wrong_not_centred(before, after):
    """Mix is not measured from the centre: the totals are right, but a segment below the average that grows gets a positive mix."""
    return _mar(before, after, centre=lambda t0, t1: 0.0)


def mix_and_rate__wrong_centre_before(before, after):
    """The centre is the total before, not the mean of the two totals: the sum is right, the parts are not."""
    return _mar(before, after, centre=lambda t0, t1: t0)


def mix_and_rate__wrong_weights_before(before, after):
    """Rate with the share before, mix with the rate before (Laspeyres): the parts do not add up to the change."""
    return _mar(before, after, weight=lambda s0, s1: s0, level=lambda r0, r1: r0)


def mix_and_rate__wrong_mixed_bases(before, after):
    """Rate with the share after, mix with the rate before: adds up, but it is not the mean of the two."""
    return _mar(before, after, weight=lambda s0, s1: s1, level=lambda r0, r1: r0)


def mix_and_rate__wrong_missing_is_zero(before, after):
    """A segment that is missing has rate 0: a new segment is read as an improvement of its rate."""
    return _mar(before, after, missing="zero")


def mix_and_rate__wrong_common_only(before, after):
    """Only segments named in both periods: new and gone ones are not in the result, and the sum is not the change."""
    return _mar(before, after, names=[k for k in before if k in after])


def mix_and_rate__wrong_before_only(before, after):
    """Only the segments of before: new ones are missing."""
    return _mar(before, after, names=list(before))


def mix_and_rate__wrong_empty_left_out(before, after):
    """Segments with a denominator of 0 in both periods are left out; their parts should be (0, 0)."""
    parts = _mar(before, after)
    return {k: v for k, v in parts.items() if before.get(k, (0, 0))[1] or after.get(k, (0, 0))[1]}


def mix_and_rate__wrong_zero_division(before, after):
    """An empty period raises ZeroDivisionError, not ValueError."""
    return _mar(before, after, check=False)


def mix_and_rate__wrong_zeros_for_empty(before, after):
    """An empty period gives zeros for every segment instead of a ValueError."""
    if not sum(d for _, d in before.values()) or not sum(d for _, d in after.values()):
        return {k: (0.0, 0.0) for k in {**before, **after}}
    return _mar(before, after)


def mix_and_rate__wrong_share_of_numerators(before, after):
    """Shares of the numerators (orders), not of the denominators (visits)."""
    n0, n1 = sum(n for n, _ in before.values()), sum(n for n, _ in after.values())
    d0, d1 = sum(d for _, d in before.values()), sum(d for _, d in after.values())
    if not d0 or not d1:
        raise ValueError
    parts = {}
    for k in {**before, **after}:
        (a0, b0), (a1, b1) = before.get(k, (0, 0)), after.get(k, (0, 0))
        if not b0 and not b1:
            parts[k] = (0.0, 0.0)
            continue
        r0 = a0 / b0 if b0 else a1 / b1
        r1 = a1 / b1 if b1 else r0
        s0, s1 = a0 / n0 if n0 else 0.0, a1 / n1 if n1 else 0.0
        parts[k] = (
            (s1 - s0) * ((r0 + r1) / 2 - (n0 / d0 + n1 / d1) / 2),
            (r1 - r0) * (s0 + s1) / 2,
        )
    return parts


def mix_and_rate__wrong_mean_of_rates(before, after):
    """The total rate is the mean of the segments' rates, not the ratio of sums: the centre is wrong."""
    parts = _mar(before, after, centre=lambda t0, t1: 0.0)
    rates = [np.mean([n / d for n, d in p.values() if d]) for p in (before, after)]
    d0, d1 = (sum(d for _, d in p.values()) for p in (before, after))
    c = float(np.mean(rates))
    return {
        k: (m - c * (after.get(k, (0, 0))[1] / d1 - before.get(k, (0, 0))[1] / d0), r)
        for k, (m, r) in parts.items()
    }


def mix_and_rate__wrong_swapped(before, after):
    """Returns (rate, mix)."""
    return {k: (r, m) for k, (m, r) in _mar(before, after).items()}


def mix_and_rate__wrong_totals(before, after):
    """Returns one pair for the whole, not one per segment."""
    return tuple(np.sum(list(_mar(before, after).values()), axis=0))


def mix_and_rate__wrong_setdefault(before, after):
    """Fills the missing segments into the caller's dicts: the inputs are changed."""
    for k in list(after):
        before.setdefault(k, (0, 0))
    for k in list(before):
        after.setdefault(k, (0, 0))
    return _mar(before, after)


# ------------------------------------------------------------------ adjusted_difference
def adjusted_difference__right_loop(before, after):
    def total(p):
        n, d = sum(v[0] for v in p.values()), sum(v[1] for v in p.values())
        return n / d if d else math.nan

    crude = total(after) - total(before)
    top = bottom = 0.0
    for k, (n0, d0) in before.items():
        n1, d1 = after.get(k, (0, 0))
        if d0 > 0 and d1 > 0:
            top += (n1 / d1 - n0 / d0) * (d0 + d1)
            bottom += d0 + d1
    if bottom == 0:
        return crude, math.nan, False
    adjusted = top / bottom
    turned = (crude > 1e-12 and adjusted < -1e-12) or (crude < -1e-12 and adjusted > 1e-12)
    return crude, adjusted, turned


def adjusted_difference__right_numpy(before, after):
    b, a = (np.array(list(p.values()), float).reshape(-1, 2).sum(axis=0) for p in (before, after))
    crude = a[0] / a[1] - b[0] / b[1] if a[1] > 0 and b[1] > 0 else np.nan
    common = [k for k in before if k in after and before[k][1] > 0 and after[k][1] > 0]
    if not common:
        return float(crude), float("nan"), False
    x, y = (np.array([p[k] for k in common], float) for p in (before, after))
    adjusted = np.average(y[:, 0] / y[:, 1] - x[:, 0] / x[:, 1], weights=x[:, 1] + y[:, 1])
    return (
        float(crude),
        float(adjusted),
        bool(max(crude, adjusted) > 1e-12 and min(crude, adjusted) < -1e-12),
    )


def adjusted_difference__right_pandas(before, after):
    t = pd.DataFrame(
        {
            (p, c): {k: v[j] for k, v in d.items()}
            for p, d in (("b", before), ("a", after))
            for j, c in enumerate("nd")
        },
        dtype=float,
    ).fillna(0.0)
    s = t.sum()
    crude = (
        math.nan
        if not (s.get(("a", "d"), 0) and s.get(("b", "d"), 0))
        else s["a", "n"] / s["a", "d"] - s["b", "n"] / s["b", "d"]
    )
    c = t[(t["a", "d"] > 0) & (t["b", "d"] > 0)]
    if c.empty:
        return float(crude), math.nan, False
    w = c["a", "d"] + c["b", "d"]
    adjusted = ((c["a", "n"] / c["a", "d"] - c["b", "n"] / c["b", "d"]) * w).sum() / w.sum()
    signs = {int(x > 1e-12) - int(x < -1e-12) for x in (crude, adjusted)}
    return float(crude), float(adjusted), signs == {1, -1}


def _crude(before, after):
    (n0, d0), (n1, d1) = (
        (sum(v[0] for v in p.values()), sum(v[1] for v in p.values())) for p in (before, after)
    )
    return n1 / d1 - n0 / d0 if d0 and d1 else math.nan


def _common(before, after):
    return [k for k in before if k in after and before[k][1] > 0 and after[k][1] > 0]


def _adj(before, after, weight=lambda d0, d1: d0 + d1):
    ks = _common(before, after)
    if not ks:
        return math.nan
    w = [weight(before[k][1], after[k][1]) for k in ks]
    return sum(
        x * (after[k][0] / after[k][1] - before[k][0] / before[k][1]) for x, k in zip(w, ks)
    ) / sum(w)


def _rev(c, a):
    return (c > 1e-12 and a < -1e-12) or (c < -1e-12 and a > 1e-12)


def adjusted_difference__wrong_unweighted(before, after):
    """The plain mean of the strata's changes: a small stratum counts as much as a large one."""
    c, a = _crude(before, after), _adj(before, after, lambda d0, d1: 1)
    return c, a, _rev(c, a)


def adjusted_difference__wrong_weights_before(before, after):
    """Weights are the denominators before only, not of both periods."""
    c, a = _crude(before, after), _adj(before, after, lambda d0, d1: d0)
    return c, a, _rev(c, a)


def adjusted_difference__wrong_weights_after(before, after):
    """Weights are the denominators after only."""
    c, a = _crude(before, after), _adj(before, after, lambda d0, d1: d1)
    return c, a, _rev(c, a)


def adjusted_difference__wrong_precision_weights(before, after):
    """Weights d0 d1 / (d0 + d1), as in Mantel and Haenszel: another fixed mix."""
    c, a = _crude(before, after), _adj(before, after, lambda d0, d1: d0 * d1 / (d0 + d1))
    return c, a, _rev(c, a)


def adjusted_difference__wrong_crude_of_common(before, after):
    """Crude over the common strata only; new and gone ones belong to it."""
    ks = _common(before, after)
    c = _crude({k: before[k] for k in ks}, {k: after[k] for k in ks})
    a = _adj(before, after)
    return c, a, _rev(c, a)


def adjusted_difference__wrong_missing_is_zero(before, after):
    """Strata missing in one period enter the adjusted difference with ratio 0."""
    names = {**before, **after}
    top = bottom = 0.0
    for k in names:
        (n0, d0), (n1, d1) = before.get(k, (0, 0)), after.get(k, (0, 0))
        top += (d0 + d1) * ((n1 / d1 if d1 else 0) - (n0 / d0 if d0 else 0))
        bottom += d0 + d1
    c, a = _crude(before, after), top / bottom if bottom else math.nan
    return c, a, _rev(c, a)


def adjusted_difference__wrong_zero_denominator(before, after):
    """Takes the strata named in both periods: a stratum with denominator 0 divides by zero."""
    ks = [k for k in before if k in after]
    c = _crude(before, after)
    w = [before[k][1] + after[k][1] for k in ks]
    if not sum(w):
        return c, math.nan, False
    a = sum(
        x * (after[k][0] / after[k][1] - before[k][0] / before[k][1]) for x, k in zip(w, ks)
    ) / sum(w)
    return c, a, _rev(c, a)


def adjusted_difference__wrong_mean_of_ratios(before, after):
    """Crude is the difference of the mean ratios of the strata, not of the ratios of sums."""
    means = [
        np.mean([n / d for n, d in p.values() if d]) if any(d for _, d in p.values()) else math.nan
        for p in (before, after)
    ]
    c, a = float(means[1] - means[0]), _adj(before, after)
    return c, a, _rev(c, a)


def adjusted_difference__wrong_strict_simpson(before, after):
    """Reversed only if every common stratum moves against the total (Simpson in the strict sense), not the adjusted mean."""
    c, a, ks = _crude(before, after), _adj(before, after), _common(before, after)
    d = [after[k][0] / after[k][1] - before[k][0] / before[k][1] for k in ks]
    return c, a, bool(d) and all(_rev(c, x) for x in d)


def adjusted_difference__wrong_signs_differ(before, after):
    """Reversed when the signs differ in any way: 0 against a rise counts, and rounding errors around 0 too."""
    c, a = _crude(before, after), _adj(before, after)
    return c, a, bool(np.sign(c) != np.sign(a)) and not math.isnan(a) and not math.isnan(c)


def adjusted_difference__wrong_no_tolerance(before, after):
    """c * a < 0 without a tolerance: a difference that is 0 but for rounding can count as reversed."""
    c, a = _crude(before, after), _adj(before, after)
    return c, a, bool(c * a < 0)


def adjusted_difference__wrong_zero_without_common(before, after):
    """Adjusted is 0 without a common stratum, not NaN."""
    c, a = _crude(before, after), _adj(before, after)
    a = 0.0 if math.isnan(a) else a
    return c, a, _rev(c, a)


def adjusted_difference__wrong_empty_raises(before, after):
    """An empty period raises ZeroDivisionError instead of NaN."""
    (n0, d0), (n1, d1) = (
        (sum(v[0] for v in p.values()), sum(v[1] for v in p.values())) for p in (before, after)
    )
    c, a = n1 / d1 - n0 / d0, _adj(before, after)
    return c, a, _rev(c, a)


def adjusted_difference__wrong_before_minus_after(before, after):
    """Before minus after: both signs are turned."""
    return adjusted_difference__right_loop(after, before)


# ------------------------------------------------------------------ kill_decomposition
_CASES = [
    ({"app": (40, 100), "web": (20, 100)}, {"app": (30, 50), "web": (15, 150)}),
    (
        {"gone": (30, 60), "still": (10, 100), "x": (5, 40)},
        {"x": (60, 120), "still": (20, 200), "new": (9, 80)},
    ),
    ({"c": (1, 10), "a": (45, 90), "b": (7, 20)}, {"b": (8, 30), "c": (18, 90), "a": (6, 10)}),
    ({"only": (3, 10)}, {"only": (6, 10)}),
    ({"p": (3, 10)}, {"q": (7, 10)}),
    ({"p": (2.5, 10.0), "q": (1.0, 30.0), "r": (4.0, 7.0)}, {"q": (1.5, 12.0)}),
]


def _x10(p):
    return {k: (10 * n, 10 * d) for k, (n, d) in p.items()}


def _total(p):
    return sum(n for n, _ in p.values()) / sum(d for _, d in p.values())


def kill_decomposition__right_six_properties(fn):
    for before, after in _CASES:
        b, a = copy.deepcopy(before), copy.deepcopy(after)
        got = dict(fn(b, a))
        if b != before or a != after or list(b) != list(before) or list(a) != list(after):
            return False
        if set(got) != set(before) | set(after):
            return False
        if abs(sum(got.values()) - (_total(after) - _total(before))) > 1e-9:
            return False
        back = fn(dict(after), dict(before))
        if set(back) != set(got) or any(abs(back[k] + got[k]) > 1e-9 for k in got):
            return False
        for x, y in ((_x10(before), after), (before, _x10(after))):
            other = fn(dict(x), dict(y))
            if set(other) != set(got) or any(abs(other[k] - got[k]) > 1e-9 for k in got):
                return False
        for k in set(before) & set(after):
            same_share = math.isclose(
                before[k][1] / sum(d for _, d in before.values()),
                after[k][1] / sum(d for _, d in after.values()),
            )
            if (
                same_share
                and math.isclose(before[k][0] / before[k][1], after[k][0] / after[k][1])
                and abs(got[k]) > 1e-9
            ):
                return False
    return True


def kill_decomposition__right_two_cases(fn):
    moving = (
        {"a": (12, 40), "b": (30, 60), "c": (5, 100)},
        {"c": (9, 50), "a": (20, 100), "b": (33, 50)},
    )
    still = (
        {"old": (10, 50), "same": (30, 100), "m": (20, 50)},
        {"m": (12, 40), "new": (25, 60), "same": (30, 100)},
    )
    for before, after in (moving, still):
        keep = copy.deepcopy((before, after))
        try:
            base, swapped = fn(before, after), fn(after, before)
            scaled = [fn(_x10(before), after), fn(before, _x10(after))]
        except Exception:
            return False
        if (before, after) != keep:
            return False
        names = {*before, *after}
        if any(set(r) != names for r in (base, swapped, *scaled)):
            return False
        if not math.isclose(sum(base.values()), _total(after) - _total(before), abs_tol=1e-9):
            return False
        if not all(math.isclose(base[k], -swapped[k], abs_tol=1e-9) for k in names):
            return False
        if not all(math.isclose(base[k], r[k], abs_tol=1e-9) for r in scaled for k in names):
            return False
    return abs(fn(*still)["same"]) < 1e-9


def kill_decomposition__right_random(fn):
    rng = np.random.default_rng(1)
    for i in range(60):
        names = [f"s{j}" for j in range(rng.integers(1, 6))]
        periods = []
        for _ in range(2):
            some = rng.permutation(names)[: rng.integers(1, len(names) + 1)].tolist()
            periods.append({k: (int(rng.integers(1, 20)), int(rng.integers(20, 90))) for k in some})
        before, after = periods
        if i % 2:  # a still segment: half of all in both periods
            for p, f in ((before, 1), (after, 3)):
                d = sum(d for _, d in p.values())
                for k in p:
                    p[k] = (2 * f * p[k][0], 2 * f * p[k][1])
                p["still"] = (d * f, 2 * d * f)
        b, a = dict(before), dict(after)
        r = fn(b, a)
        s, u, v = (
            fn(dict(after), dict(before)),
            fn(_x10(before), dict(after)),
            fn(dict(before), _x10(after)),
        )
        names = set(before) | set(after)
        ok = b == before and a == after and all(set(x) == names for x in (r, s, u, v))
        ok = ok and abs(sum(r.values()) - _total(after) + _total(before)) < 1e-9
        ok = ok and all(
            abs(r[k] + s[k]) < 1e-9 and abs(r[k] - u[k]) < 1e-9 and abs(r[k] - v[k]) < 1e-9
            for k in names
        )
        if not ok or (i % 2 and abs(r["still"]) > 1e-9):
            return False
    return True


def _mine(before, after):
    return {k: m + r for k, (m, r) in mix_and_rate__right_loop(before, after).items()}


def kill_decomposition__wrong_own_values(fn):
    """Compares with the values of one's own decomposition: right ones with another centre are rejected."""
    return all(abs(fn(b, a)[k] - v) < 1e-9 for b, a in _CASES for k, v in _mine(b, a).items())


def kill_decomposition__wrong_sum_only(fn):
    """Checks only that the contributions add up: many wrong ones do."""
    return all(abs(sum(fn(b, a).values()) - (_total(a) - _total(b))) < 1e-9 for b, a in _CASES)


def kill_decomposition__wrong_always_true(fn):
    """Accepts everything."""
    return True


def kill_decomposition__wrong_same_segments(fn):
    """Tries one case with the same segments, in the same order and of the same size in both periods: mistakes with new, gone and still segments pass."""
    b, a = {"app": (40, 100), "web": (20, 100)}, {"app": (30, 100), "web": (25, 100)}
    r, s = fn(b, a), fn(a, b)
    return (
        set(r) == set(b)
        and abs(sum(r.values()) - (_total(a) - _total(b))) < 1e-9
        and all(abs(r[k] + s[k]) < 1e-9 for k in r)
    )


def kill_decomposition__wrong_exact_sum(fn):
    """Demands exact equality of floats: right ones that add in another order are rejected."""
    return all(sum(fn(b, a).values()) == _total(a) - _total(b) for b, a in _CASES)


def kill_decomposition__wrong_sorted_keys(fn):
    """Demands the keys in alphabetical order, which the statement leaves free."""
    return all(
        list(fn(b, a)) == sorted({*b, *a}) for b, a in _CASES
    ) and kill_decomposition__right_six_properties(fn)


def kill_decomposition__unsure_expects_error(fn):
    """Demands a ValueError for an empty period, which is outside the contract: right ones may do anything there."""
    try:
        fn({}, {"a": (1, 2)})
    except ValueError:
        return kill_decomposition__right_six_properties(fn)
    return False


def kill_decomposition__wrong_signs_of_segments(fn):
    """Demands that a growing segment below the average has a negative contribution: right ones with another centre are rejected, and the properties are not tested."""
    return fn({"app": (40, 100), "web": (20, 100)}, {"app": (20, 50), "web": (30, 150)})["web"] < 0


def kill_decomposition__unsure_zero_inputs(fn):
    """Tries segments with denominator 0, outside the contract: right ones divide by zero and are rejected."""
    r = fn({"a": (1, 2), "b": (0, 0)}, {"a": (1, 3), "b": (1, 4)})
    return set(r) == {"a", "b"} and kill_decomposition__right_six_properties(fn)


def kill_decomposition__wrong_both_scaled(fn):
    """Multiplies both periods by ten together and never one alone, and tries neither still segments nor swapping."""
    for b, a in _CASES[:3]:
        r, s = fn(b, a), fn(_x10(b), _x10(a))
        if abs(sum(r.values()) - (_total(a) - _total(b))) > 1e-9 or any(
            abs(r[k] - s[k]) > 1e-9 for k in r
        ):
            return False
    return True


def kill_decomposition__wrong_zero_is_no_change(fn):
    """Looks only at two equal periods: every contribution is 0, which nearly all wrong ones give too."""
    b = {"app": (40, 100), "web": (20, 100)}
    return all(abs(v) < 1e-9 for v in fn(b, dict(b)).values())


# ------------------------------------------------------------------ find_cause
_DIMS = ["city", "channel", "device", "category"]


def _groups(case, pairs=True):
    for size in (1, 2) if pairs else (1,):
        for dims in itertools.combinations(_DIMS, size):
            g = (
                case.assign(e2=case["expected"] ** 2)
                .groupby(list(dims))[["expected", "actual", "e2"]]
                .sum()
            )
            for key, e, a, e2 in zip(g.index.tolist(), g["expected"], g["actual"], g["e2"]):
                key = key if isinstance(key, tuple) else (key,)
                yield dict(zip(dims, (int(k) for k in key))), float(e), float(a), float(e2)


def _best(cases, score, pairs=True):
    return [max(_groups(c, pairs), key=lambda g: score(c, *g[1:]))[0] for c in cases]


def find_cause__right_scan(cases):
    out = []
    for case in cases:
        total = float(case["actual"].sum())
        level = total / case["expected"].sum()

        def llr(e, a):
            e = e * level
            if a >= e or total <= e:
                return 0.0
            inside = a * math.log(a / e) if a else 0.0
            return inside + (total - a) * math.log((total - a) / (total - e))

        out.append(max(_groups(case), key=lambda g: llr(g[1], g[2]))[0])
    return out


def find_cause__right_z_score(cases):
    out = []
    for case in cases:
        level = case["actual"].sum() / case["expected"].sum()
        out.append(
            max(
                _groups(case),
                key=lambda g: (
                    (level * g[1] - g[2]) / math.sqrt(level * g[1] + 0.0625 * g[3] + 1e-9)
                ),
            )[0]
        )
    return out


def find_cause__unsure_numpy_ints(cases):
    return [{k: np.int64(v) for k, v in g.items()} for g in find_cause__right_scan(cases)]


def find_cause__wrong_largest_fall(cases):
    """The single value with the largest absolute fall: the start of the scale, so no points."""
    return _best(cases, lambda c, e, a, e2: e - a, pairs=False)


def find_cause__wrong_largest_percentage(cases):
    """The single value with the largest fall in per cent: small values win by chance."""
    return _best(cases, lambda c, e, a, e2: (e - a) / e, pairs=False)


def find_cause__wrong_largest_percentage_pairs(cases):
    """The pair with the largest fall in per cent: pairs of one or two cells win by chance."""
    return _best(cases, lambda c, e, a, e2: (e - a) / e)


def find_cause__wrong_worst_cell(cases):
    """All four dimensions of the worst cell: a group has one or two dimensions."""
    out = []
    for c in cases:
        row = c.loc[(c["expected"] - c["actual"]).idxmax()]
        out.append({d: int(row[d]) for d in _DIMS})
    return out


def find_cause__wrong_one_answer(cases):
    """Adds all cases up and gives the same answer for each."""
    return _best([pd.concat(cases)], lambda c, e, a, e2: e - a, pairs=False) * len(cases)


def find_cause__wrong_largest_rise(cases):
    """The sign is turned: the group that rose most."""
    return _best(cases, lambda c, e, a, e2: a - e)


# What each wrong answer may be told: everything that the misconception says is true of it.


# ================================================================== by another reader


# ---------------------------------------------------------------- 12.1


def _case(defect):
    if defect == "incomplete_day":
        return [(3, "a", "u", 10, 2, 20), (10, "a", "u", 10, 2, 20), (14, "a", "u", 10, 1, 5)], 14
    if defect == "weekday_ignored":
        return [(3, "a", "u", 10, 2, 20), (13, "a", "u", 10, 2, 30)], 14
    if defect == "mean_of_ratios":
        return [(3, "a", "u", 10, 5, 20), (10, "a", "u", 10, 5, 20), (10, "a", "v", 1, 0, 0)], 14
    if defect == "only_visits_that_ordered":
        return [(3, "a", "u", 10, 5, 20), (10, "a", "u", 10, 5, 20), (11, "a", "u", 10, 0, 0)], 14
    if defect == "mix_read_as_rate":
        return [
            (3, "a", "u", 10, 5, 20),
            (3, "b", "v", 10, 1, 20),
            (10, "a", "u", 10, 5, 20),
            (10, "b", "v", 20, 2, 20),
        ], 14
    return [
        (3, "a", "whale", 10, 5, 1000),
        (3, "a", "u", 10, 1, 10),
        (3, "a", "v", 10, 1, 10),
        (10, "a", "u", 10, 1, 10),
        (10, "a", "v", 10, 1, 10),
    ], 14


def break_diagnosis__right_one_each(defect):
    return _case(defect)


def break_diagnosis__right_one_for_all(defect):
    rows = [
        (6, "app", "whale", 4, 2, 5000),
        (6, "app", "ann", 100, 50, 100),
        (6, "web", "bob", 100, 10, 100),
        (13, "app", "ann", 60, 31, 100),
        (12, "web", "bob", 400, 45, 120),
        (13, "web", "bob", 7, 0, 0),
        (14, "web", "bob", 5, 5, 77),
    ]
    return rows, 14


def _report(rows, end, defect=None):
    if defect == "only_visits_that_ordered":
        rows = [r for r in rows if r[4] > 0]
    e = [r for r in rows if end - 14 <= r[0] <= end - 8]
    l = [r for r in rows if end - 7 <= r[0] <= end - (defect != "incomplete_day")]
    money = lambda x: sum(r[5] for r in x)
    sales = money(l) - money(e)
    if defect == "weekday_ignored":
        sales = money([r for r in rows if r[0] == end - 1]) - money(
            [r for r in rows if r[0] == end - 2]
        )

    def conv(x):
        if not x:
            return 0.0
        if defect == "mean_of_ratios":
            by = defaultdict(lambda: [0, 0])
            for r in x:
                by[r[2]][0] += r[4]
                by[r[2]][1] += r[3]
            return sum(a / b for a, b in by.values()) / len(by)
        return sum(r[4] for r in x) / sum(r[3] for r in x)

    c = conv(l) - conv(e)
    num = den = 0.0
    for s in {r[1] for r in e} & {r[1] for r in l}:
        se, sl = [r for r in e if r[1] == s], [r for r in l if r[1] == s]
        ve, vl = sum(r[3] for r in se), sum(r[3] for r in sl)
        num += (ve + vl) * (sum(r[4] for r in sl) / vl - sum(r[4] for r in se) / ve)
        den += ve + vl
    m = num / den if den else 0.0
    if defect == "mix_read_as_rate":
        m = c
    direction = 0 if abs(m) < 1e-9 else (1 if m > 0 else -1)
    users = {r[2] for r in e + l}
    fell = sum(
        money([r for r in l if r[2] == u]) < money([r for r in e if r[2] == u]) for u in users
    )
    return (
        sales,
        round(c, 12),
        direction,
        (sales < 0 if defect == "one_whale" else 2 * fell > len(users)),
    )


def break_diagnosis__right_random_search(defect):
    rng = random.Random(1)
    while True:
        end = rng.randint(14, 20)
        rows = []
        for _ in range(rng.randint(2, 12)):
            visits = rng.randint(1, 9)
            orders = rng.choice([0, rng.randint(0, visits)])
            rows.append(
                (
                    rng.randint(0, end),
                    rng.choice("ab"),
                    rng.choice("uvw"),
                    visits,
                    orders,
                    rng.randint(1, 50) if orders else 0,
                )
            )
        a, b = _report(rows, end), _report(rows, end, defect)
        if any(abs(float(x) - float(y)) > 1e-6 for x, y in zip(a, b)):
            return rows, end


def break_diagnosis__wrong_no_row_on_end(defect):
    """For incomplete_day the last row is on day end - 1, which is complete: both reports count it."""
    if defect == "incomplete_day":
        return [(3, "a", "u", 10, 2, 20), (13, "a", "u", 10, 1, 5)], 14
    return _case(defect)


def break_diagnosis__wrong_same_every_day(defect):
    """For weekday_ignored every day has the same money, so both differences are 0."""
    if defect == "weekday_ignored":
        return [(d, "a", "u", 10, 2, 20) for d in (5, 6, 12, 13)], 14
    return _case(defect)


def break_diagnosis__wrong_equal_visits_again(defect):
    """For mean_of_ratios all users have equally many visits, so the mean of ratios is the ratio of sums."""
    if defect == "mean_of_ratios":
        return [
            (3, "a", "u", 10, 5, 20),
            (3, "a", "v", 10, 1, 5),
            (10, "a", "u", 10, 2, 20),
            (10, "a", "v", 10, 3, 5),
        ], 14
    return _case(defect)


def break_diagnosis__wrong_all_rows_ordered(defect):
    """For only_visits_that_ordered every row has an order, so no row is lost."""
    if defect == "only_visits_that_ordered":
        return [(3, "a", "u", 10, 5, 20), (10, "a", "u", 10, 1, 20)], 14
    return _case(defect)


def break_diagnosis__wrong_both_fall(defect):
    """For mix_read_as_rate conversion falls in total and within the segment too: both signs are -1."""
    if defect == "mix_read_as_rate":
        return [
            (3, "a", "u", 10, 5, 20),
            (3, "b", "v", 10, 4, 20),
            (10, "a", "u", 10, 3, 20),
            (10, "b", "v", 20, 2, 20),
        ], 14
    return _case(defect)


def break_diagnosis__wrong_everybody_falls(defect):
    """For one_whale everybody spends less, so the total falls and most users fell: both say true."""
    if defect == "one_whale":
        return [
            (3, "a", "whale", 10, 5, 1000),
            (3, "a", "u", 10, 1, 10),
            (10, "a", "whale", 10, 1, 10),
            (10, "a", "u", 10, 1, 5),
        ], 14
    return _case(defect)


def break_diagnosis__wrong_money_without_order_again(defect):
    """For only_visits_that_ordered the lost row has money but no order, which the contract forbids."""
    if defect == "only_visits_that_ordered":
        return [(3, "a", "u", 10, 5, 20), (10, "a", "u", 10, 5, 20), (11, "a", "u", 10, 0, 40)], 14
    return _case(defect)


def break_diagnosis__wrong_end_too_early_again(defect):
    """The first incomplete day is 13, outside of the 14 to 20 that the contract allows (every defect)."""
    rows, end = _case(defect)
    return [(r[0] - 1, *r[1:]) for r in rows], end - 1


# ---------------------------------------------------------------- 12.2


def weekday_band__right_numpy_again(y, t, n_weeks=8, skip=(), width=3.0):
    days = np.array([t - 7 * k for k in range(1, n_weeks + 1)])
    days = days[(days >= 0) & ~np.isin(days, list(skip))]
    h = np.asarray(y, dtype=float)[days] if len(days) else np.array([])
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    m = np.median(h)
    s = 1.4826 * np.median(np.abs(h - m))
    return m, m - width * s, m + width * s


def weekday_band__right_statistics(y, t, n_weeks=8, skip=(), width=3.0):
    h = []
    for d in range(t - 7, t - 7 * n_weeks - 1, -7):
        if d < 0:
            break
        if d in skip or math.isnan(y[d]):
            continue
        h.append(float(y[d]))
    if len(h) <= 3:
        return (float("nan"),) * 3
    e = statistics.median(h)
    half = width * 1.4826 * statistics.median(abs(v - e) for v in h)
    return e, e - half, e + half


def weekday_band__right_pandas_again(y, t, n_weeks=8, skip=(), width=3.0):
    s = pd.Series(np.array(y, dtype=float))
    s = s.reindex([t - 7 * k for k in range(1, n_weeks + 1)])
    s = s[~s.index.isin(list(skip))].dropna()
    if s.size < 4:
        return float("nan"), float("nan"), float("nan")
    mid = s.median()
    dev = 1.4826 * (s - mid).abs().median()
    return float(mid), float(mid - width * dev), float(mid + width * dev)


def _band_again(
    y, t, n_weeks, skip, width, least=4, c=1.4826, days=None, mid=np.median, dev=None, drop_nan=True
):
    y = np.asarray(y, dtype=float)
    if days is None:
        days = [t - 7 * k for k in range(1, n_weeks + 1)]
        days = [d for d in days if d >= 0 and d not in skip]
    h = y[days] if len(days) else np.array([])
    if drop_nan:
        h = h[~np.isnan(h)]
    if len(h) < least:
        return np.nan, np.nan, np.nan
    m = float(mid(h))
    s = float(np.median(np.abs(h - m)) * c if dev is None else dev(h))
    return m, m - width * s, m + width * s


def weekday_band__wrong_negative_index(y, t, n_weeks=8, skip=(), width=3.0):
    """Days before the first one wrap around to the end of y, where t is small."""
    days = [t - 7 * k for k in range(1, n_weeks + 1)]
    days = [d for d in days if d not in skip and d >= -len(y)]
    return _band_again(y, t, n_weeks, skip, width, days=days)


def weekday_band__wrong_older_weeks_fill_again(y, t, n_weeks=8, skip=(), width=3.0):
    """A day that is skipped or NaN is replaced by an older week, so that there are n_weeks values."""
    days = [d for d in range(t - 7, -1, -7) if d not in skip and not np.isnan(y[d])][:n_weeks]
    return _band_again(y, t, n_weeks, skip, width, days=days)


def weekday_band__wrong_no_1_4826(y, t, n_weeks=8, skip=(), width=3.0):
    """The band is in bare MADs: the factor 1.4826 is missing."""
    return _band_again(y, t, n_weeks, skip, width, c=1.0)


def weekday_band__wrong_standard_deviation(y, t, n_weeks=8, skip=(), width=3.0):
    """Uses mean and standard deviation, which one wild week moves."""
    return _band_again(y, t, n_weeks, skip, width, mid=np.mean, dev=lambda h: h.std(ddof=1))


def weekday_band__wrong_counted_before_nan(y, t, n_weeks=8, skip=(), width=3.0):
    """Counts the history before NaN is dropped: with three values left it still gives a band."""
    days = [t - 7 * k for k in range(1, n_weeks + 1)]
    days = [d for d in days if d >= 0 and d not in skip]
    if len(days) < 4 or np.isnan(np.asarray(y, dtype=float)[days]).all():
        return np.nan, np.nan, np.nan
    return _band_again(y, t, n_weeks, skip, width, least=1, days=days)


def weekday_band__wrong_five_needed_again(y, t, n_weeks=8, skip=(), width=3.0):
    """Gives NaN with exactly four values left, which are enough."""
    return _band_again(y, t, n_weeks, skip, width, least=5)


def weekday_band__wrong_nan_kept(y, t, n_weeks=8, skip=(), width=3.0):
    """NaN is not dropped from the history, so a single closed day makes the whole band NaN."""
    return _band_again(y, t, n_weeks, skip, width, drop_nan=False)


def weekday_band__wrong_skip_ignored_again(y, t, n_weeks=8, skip=(), width=3.0):
    """Holidays in skip stay in the history."""
    return _band_again(y, t, n_weeks, (), width)


def weekday_band__wrong_one_week_short(y, t, n_weeks=8, skip=(), width=3.0):
    """range(1, n_weeks) leaves out the oldest week, t - 7 * n_weeks."""
    return _band_again(y, t, n_weeks - 1, skip, width)


# ---------------------------------------------------------------- 12.3


def gmv_effects__right_loop(before, after):
    out = []
    for (u0, o0, m0), (u1, o1, m1) in zip(before, after):
        if m0 > 0 and m1 > 0:
            mean = m0 if m0 == m1 else (m1 - m0) / math.log(m1 / m0)
            out.append(
                [
                    mean * math.log(u1 / u0),
                    mean * math.log((o1 / u1) / (o0 / u0)),
                    mean * math.log((m1 / o1) / (m0 / o0)),
                ]
            )
        elif m0 == 0 and m1 == 0:
            out.append([0.0, 0.0, 0.0])
        else:
            u, o, _ = (u0, o0, m0) if m0 == 0 else (u1, o1, m1)
            e = [0.0, 0.0, 0.0]
            e[0 if u == 0 else 1 if o == 0 else 2] = m1 - m0
            out.append(e)
    return out


def _logmean(a, b):
    if a == b:
        return float(a)
    r = (b - a) / a
    if abs(r) < 1e-6:
        return a * (1 + r / 2 - r * r / 12)
    return (b - a) / (math.log(b) - math.log(a))


def gmv_effects__right_tuples_log1p(before, after):
    def one(p, q):
        (u0, o0, m0), (u1, o1, m1) = p, q
        if m0 > 0 and m1 > 0:
            w = _logmean(m0, m1)
            a, b, c = (
                math.log(u1) - math.log(u0),
                math.log(o1) - math.log(o0),
                math.log(m1) - math.log(m0),
            )
            return w * a, w * (b - a), w * (c - b)
        if m0 <= 0 and m1 <= 0:
            return 0.0, 0.0, 0.0
        empty = p if m0 <= 0 else q
        first = next(i for i, v in enumerate(empty) if v == 0)
        return tuple(float(m1 - m0) if i == first else 0.0 for i in range(3))

    return [one(p, q) for p, q in zip(before, after)]


def gmv_effects__right_numpy(before, after):
    b, a = np.array(before, dtype=float).reshape(-1, 3), np.array(after, dtype=float).reshape(-1, 3)
    out = np.zeros_like(b)
    both = (b[:, 2] > 0) & (a[:, 2] > 0)
    if both.any():
        lb, la = np.log(b[both]), np.log(a[both])
        steps = np.diff(la - lb, axis=1, prepend=0)
        d = la[:, 2] - lb[:, 2]
        diff = a[both, 2] - b[both, 2]
        with np.errstate(all="ignore"):
            w = np.where(diff == 0, b[both, 2], diff / d)
        w = np.where(d == 0, b[both, 2], w)
        out[both] = w[:, None] * steps
    one = (b[:, 2] > 0) ^ (a[:, 2] > 0)
    for i in np.flatnonzero(one):
        empty = b[i] if b[i, 2] == 0 else a[i]
        out[i, np.argmin(empty > 0)] = a[i, 2] - b[i, 2]
    return out.tolist()


def _gmv(before, after, equal=True, zero=None, w=None):
    out = []
    for p, q in zip(before, after):
        (u0, o0, m0), (u1, o1, m1) = p, q
        if m0 > 0 and m1 > 0:
            mean = (w or _logmean)(m0, m1)
            out.append(
                [
                    mean * math.log(u1 / u0),
                    mean * math.log((o1 / u1) / (o0 / u0)),
                    mean * math.log((m1 / o1) / (m0 / o0)),
                ]
            )
        elif m0 == 0 and m1 == 0:
            out.append([0.0] * 3)
        else:
            empty = p if m0 == 0 else q
            e = [0.0] * 3
            e[zero(p, q) if zero else (0 if empty[0] == 0 else 1 if empty[1] == 0 else 2)] = float(
                m1 - m0
            )
            out.append(e)
    return out


def gmv_effects__wrong_equal_is_zero(before, after):
    """Where the money is equal in both periods all effects are 0, although users and orders per user may have moved against each other."""
    return _gmv(before, after, w=lambda a, b: 0.0 if a == b else _logmean(a, b))


def gmv_effects__wrong_arithmetic_mean_again(before, after):
    """Weighs with the arithmetic mean of the two amounts, so the effects do not add up to the change."""
    return _gmv(before, after, w=lambda a, b: (a + b) / 2)


def gmv_effects__wrong_one_after_the_other_again(before, after):
    """Changes users first, then orders per user, then money per order: adds up, but depends on the order."""
    out = []
    for (u0, o0, m0), (u1, o1, m1) in zip(before, after):
        if m0 > 0 and m1 > 0:
            f0, g0 = o0 / u0, m0 / o0
            f1, g1 = o1 / u1, m1 / o1
            out.append([(u1 - u0) * f0 * g0, u1 * (f1 - f0) * g0, u1 * f1 * (g1 - g0)])
        else:
            out += _gmv([[u0, o0, m0]], [[u1, o1, m1]])
    return out


def gmv_effects__wrong_all_zero_to_users(before, after):
    """Money of 0 in one period always goes to the users, even where they were there and did not order or did not pay."""
    return _gmv(before, after, zero=lambda p, q: 0)


def gmv_effects__wrong_always_before(before, after):
    """Reads the row of the earlier period for zeros, also when it is the later one that has no money: a segment that ended goes to money per order."""
    return _gmv(before, after, zero=lambda p, q: 0 if p[0] == 0 else 1 if p[1] == 0 else 2)


def gmv_effects__wrong_no_third_case(before, after):
    """Orders without money are forgotten: the change goes to orders per user where it belongs to money per order."""
    return _gmv(before, after, zero=lambda p, q: 0 if min(p[0], q[0]) == 0 else 1)


def gmv_effects__wrong_totals(before, after):
    """Divides the change of the total and spreads it over the segments by their own change: the segments' factors are not looked at."""
    b, a = np.array(before, dtype=float), np.array(after, dtype=float)
    t = _gmv([b.sum(axis=0).tolist()], [a.sum(axis=0).tolist()])[0]
    d = a[:, 2] - b[:, 2]
    if d.sum() == 0:
        return [[x / len(d) for x in t] for _ in d]
    return [[x * k / d.sum() for x in t] for k in d]


def gmv_effects__wrong_small_constant(before, after):
    """Adds a small constant so that logarithms exist: in segments with a 0 the change is spread over several factors."""
    eps = 1e-6
    out = []
    for p, q in zip(before, after):
        u0, o0, m0 = (v + eps for v in p)
        u1, o1, m1 = (v + eps for v in q)
        w = _logmean(m0, m1)
        out.append(
            [
                w * math.log(u1 / u0),
                w * math.log(o1 / u1 / (o0 / u0)),
                w * math.log(m1 / o1 / (m0 / o0)),
            ]
        )
    return out


# ---------------------------------------------------------------- 12.4


def mix_and_rate__right_loop_again(before, after):
    d0, d1 = sum(d for _, d in before.values()), sum(d for _, d in after.values())
    if d0 <= 0 or d1 <= 0:
        raise ValueError("a period without a denominator")
    t0, t1 = sum(n for n, _ in before.values()) / d0, sum(n for n, _ in after.values()) / d1
    parts = {}
    for s in sorted(set(before) | set(after)):
        n0, e0 = before.get(s, (0, 0))
        n1, e1 = after.get(s, (0, 0))
        if e0 == 0 and e1 == 0:
            parts[s] = (0.0, 0.0)
            continue
        r0 = n0 / e0 if e0 else n1 / e1
        r1 = n1 / e1 if e1 else r0
        s0, s1 = e0 / d0, e1 / d1
        parts[s] = ((s1 - s0) * ((r0 + r1) / 2 - (t0 + t1) / 2), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__right_pandas_again(before, after):
    f = pd.DataFrame(
        {s: [*before.get(s, (0, 0)), *after.get(s, (0, 0))] for s in {**after, **before}},
        index=["n0", "d0", "n1", "d1"],
        dtype=float,
    ).T
    if f.empty or f["d0"].sum() == 0 or f["d1"].sum() == 0:
        raise ValueError("empty period")
    r0, r1 = f["n0"] / f["d0"].where(f["d0"] > 0), f["n1"] / f["d1"].where(f["d1"] > 0)
    r0, r1 = r0.fillna(r1).fillna(0), r1.fillna(r0).fillna(0)
    s0, s1 = f["d0"] / f["d0"].sum(), f["d1"] / f["d1"].sum()
    centre = (f["n0"].sum() / f["d0"].sum() + f["n1"].sum() / f["d1"].sum()) / 2
    mix, rate = (s1 - s0) * ((r0 + r1) / 2 - centre), (r1 - r0) * (s0 + s1) / 2
    empty = (f["d0"] == 0) & (f["d1"] == 0)
    mix[empty] = 0.0
    return {s: [mix[s], rate[s]] for s in f.index}


def mix_and_rate__right_numpy_arrays(before, after):
    names = list(dict.fromkeys([*before, *after]))
    b = np.array([before.get(k, (0, 0)) for k in names], dtype=float).reshape(-1, 2)
    a = np.array([after.get(k, (0, 0)) for k in names], dtype=float).reshape(-1, 2)
    (nb, db), (na, da) = b.sum(axis=0), a.sum(axis=0)
    if not (db > 0 and da > 0):
        raise ValueError
    centre = (nb / db + na / da) / 2
    rb = np.divide(b[:, 0], b[:, 1], out=np.full(len(b), np.nan), where=b[:, 1] > 0)
    ra = np.divide(a[:, 0], a[:, 1], out=np.full(len(a), np.nan), where=a[:, 1] > 0)
    rb, ra = np.where(np.isnan(rb), ra, rb), np.where(np.isnan(ra), rb, ra)
    sb, sa = b[:, 1] / db, a[:, 1] / da
    mix = np.nan_to_num((sa - sb) * ((rb + ra) / 2 - centre))
    rate = np.nan_to_num((ra - rb) * (sb + sa) / 2)
    return {k: (float(m), float(r)) for k, m, r in zip(names, mix, rate)}


def _mar_again(
    before,
    after,
    centre=lambda t0, t1: (t0 + t1) / 2,
    missing="other",
    names=None,
    wr=lambda s0, s1: (s0 + s1) / 2,
    wm=lambda r0, r1: (r0 + r1) / 2,
    err=True,
):
    d0, d1 = sum(d for _, d in before.values()), sum(d for _, d in after.values())
    if err and (d0 <= 0 or d1 <= 0):
        raise ValueError("a period without a denominator")
    t0, t1 = sum(n for n, _ in before.values()) / d0, sum(n for n, _ in after.values()) / d1
    parts = {}
    for s in (names or (lambda b, a: {**b, **a}))(before, after):
        (n0, e0), (n1, e1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        if e0 == 0 and e1 == 0:
            parts[s] = (0.0, 0.0)
            continue
        r0 = n0 / e0 if e0 else (n1 / e1 if missing == "other" else 0.0)
        r1 = n1 / e1 if e1 else (n0 / e0 if missing == "other" else 0.0)
        s0, s1 = e0 / d0, e1 / d1
        parts[s] = ((s1 - s0) * (wm(r0, r1) - centre(t0, t1)), (r1 - r0) * wr(s0, s1))
    return parts


def mix_and_rate__wrong_no_centre(before, after):
    """Mix is measured from 0 and not from the mean of the two totals: the sum is right, the parts of segments are not."""
    return _mar_again(before, after, centre=lambda t0, t1: 0.0)


def mix_and_rate__wrong_centre_before_again(before, after):
    """The centre is the total of the earlier period: the sum is right, the parts of segments are not."""
    return _mar_again(before, after, centre=lambda t0, t1: t0)


def mix_and_rate__wrong_missing_rate_zero(before, after):
    """A segment that is new or gone has rate 0 in the other period, so a part of its mix is read as rate."""
    return _mar_again(before, after, missing="zero")


def mix_and_rate__wrong_old_shares(before, after):
    """Rate is weighted by the shares before (and mix by the mean rate), so an interaction is left over."""
    return _mar_again(before, after, wr=lambda s0, s1: s0)


def mix_and_rate__wrong_common_only_again(before, after):
    """Only segments named in both periods have parts; new and gone ones are missing."""
    return _mar_again(before, after, names=lambda b, a: [s for s in b if s in a])


def mix_and_rate__wrong_zero_division_again(before, after):
    """A period without a denominator raises ZeroDivisionError, not ValueError."""
    return _mar_again(before, after, err=False)


def mix_and_rate__wrong_rates_before_for_mix(before, after):
    """Mix takes the segment's rate of the earlier period instead of the mean of its two rates."""
    return _mar_again(before, after, wm=lambda r0, r1: r0)


def mix_and_rate__wrong_mean_of_rates_again(before, after):
    """The total rates are plain means of the segments' rates, not sums over sums: the centre is off."""

    def total(p):
        return np.mean([n / d for n, d in p.values() if d > 0])

    if not any(d > 0 for _, d in before.values()) or not any(d > 0 for _, d in after.values()):
        raise ValueError
    c = (total(before) + total(after)) / 2
    return _mar_again(before, after, centre=lambda t0, t1: c)


# ---------------------------------------------------------------- 12.5


def adjusted_difference__right_loop_again(before, after):
    def total(p):
        d = sum(v[1] for v in p.values())
        return sum(v[0] for v in p.values()) / d if d else math.nan

    crude = total(after) - total(before)
    num = den = 0
    for s in before:
        if s in after and before[s][1] > 0 and after[s][1] > 0:
            w = before[s][1] + after[s][1]
            num += w * (after[s][0] / after[s][1] - before[s][0] / before[s][1])
            den += w
    if den == 0:
        return crude, math.nan, False
    adjusted = num / den
    turned = (crude > 1e-12 and adjusted < -1e-12) or (crude < -1e-12 and adjusted > 1e-12)
    return crude, adjusted, turned


def adjusted_difference__right_numpy_average(before, after):
    b = np.array(list(before.values()), dtype=float).reshape(-1, 2).sum(axis=0)
    a = np.array(list(after.values()), dtype=float).reshape(-1, 2).sum(axis=0)
    crude = float(a[0] / a[1] - b[0] / b[1]) if a[1] > 0 and b[1] > 0 else float("nan")
    common = [k for k in before.keys() & after.keys() if before[k][1] * after[k][1] > 0]
    if not common:
        return crude, float("nan"), False
    change = [after[k][0] / after[k][1] - before[k][0] / before[k][1] for k in common]
    adjusted = float(np.average(change, weights=[before[k][1] + after[k][1] for k in common]))
    return crude, adjusted, bool(min(crude, adjusted) < -1e-12 and max(crude, adjusted) > 1e-12)


def adjusted_difference__right_pandas_again(before, after):
    f = pd.concat(
        [
            pd.DataFrame.from_dict(p, orient="index", columns=c, dtype=float)
            for p, c in ((before, ["n0", "d0"]), (after, ["n1", "d1"]))
        ],
        axis=1,
    ).fillna(0.0)
    t = f.sum()
    with np.errstate(all="ignore"):
        crude = float(
            np.float64(t["n1"]) / np.float64(t["d1"]) - np.float64(t["n0"]) / np.float64(t["d0"])
        )
    g = f[(f["d0"] > 0) & (f["d1"] > 0)]
    if len(g) == 0:
        return crude, np.nan, False
    w = g["d0"] + g["d1"]
    adjusted = float(((g["n1"] / g["d1"] - g["n0"] / g["d0"]) * w).sum() / w.sum())
    turned = (crude > 1e-12) & (adjusted < -1e-12) | (crude < -1e-12) & (adjusted > 1e-12)
    return crude, adjusted, turned


def _adj_again(before, after, w=lambda d0, d1: d0 + d1, common_crude=False, turned=None):
    common = [s for s in before if s in after and before[s][1] > 0 and after[s][1] > 0]

    def total(p):
        keys = common if common_crude else list(p)
        d = sum(p[k][1] for k in keys)
        return sum(p[k][0] for k in keys) / d if d else math.nan

    crude = total(after) - total(before)
    if not common:
        return crude, math.nan, False
    ws = [w(before[s][1], after[s][1]) for s in common]
    adjusted = sum(
        k * (after[s][0] / after[s][1] - before[s][0] / before[s][1]) for k, s in zip(ws, common)
    ) / sum(ws)
    if turned:
        return crude, adjusted, turned(crude, adjusted)
    return crude, adjusted, min(crude, adjusted) < -1e-12 and max(crude, adjusted) > 1e-12


def adjusted_difference__wrong_weights_before_again(before, after):
    """Weighs by the denominators before alone."""
    return _adj_again(before, after, w=lambda d0, d1: d0)


def adjusted_difference__wrong_unweighted_again(before, after):
    """The plain mean of the strata's changes: a small stratum weighs as much as a large one."""
    return _adj_again(before, after, w=lambda d0, d1: 1)


def adjusted_difference__wrong_crude_of_common_again(before, after):
    """crude is over the common strata only; strata of one period are left out of it."""
    return _adj_again(before, after, common_crude=True)


def adjusted_difference__wrong_sign_not_equal(before, after):
    """turned is true also where one of the two differences is 0 (the signs differ, 0 against -1)."""
    return _adj_again(
        before, after, turned=lambda c, a: bool(np.sign(round(c, 12)) != np.sign(round(a, 12)))
    )


def adjusted_difference__wrong_harmonic_weights(before, after):
    """Weighs with d0 * d1 / (d0 + d1), as Mantel and Haenszel do, and not with the sum."""
    return _adj_again(before, after, w=lambda d0, d1: d0 * d1 / (d0 + d1))


def adjusted_difference__wrong_no_tolerance_again(before, after):
    """turned compares with 0 exactly: where the weighted changes cancel, a rounding error of 1e-17 in the adjusted difference can turn it."""
    return _adj_again(before, after, turned=lambda c, a: c * a < 0)


def adjusted_difference__wrong_zero_for_missing(before, after):
    """A stratum that is missing in one period counts as a ratio of 0 there, so it is compared too."""
    names = {**before, **after}
    b = {s: before.get(s, (0, 0)) for s in names}
    a = {s: after.get(s, (0, 0)) for s in names}
    d0, d1 = sum(v[1] for v in b.values()), sum(v[1] for v in a.values())
    if not d0 or not d1:
        return math.nan, math.nan, False
    crude = sum(v[0] for v in a.values()) / d1 - sum(v[0] for v in b.values()) / d0
    r = lambda v: v[0] / v[1] if v[1] else 0.0
    w = {s: b[s][1] + a[s][1] for s in names}
    adjusted = sum(w[s] * (r(a[s]) - r(b[s])) for s in names) / sum(w.values())
    return crude, adjusted, min(crude, adjusted) < -1e-12 and max(crude, adjusted) > 1e-12


def adjusted_difference__wrong_zero_without_common_again(before, after):
    """Without a common stratum the adjusted difference is 0 instead of NaN."""
    c, a, t = _adj_again(before, after)
    return c, 0.0 if math.isnan(a) else a, t


# ---------------------------------------------------------------- 12.6


def _cases():
    return [
        ({"a": (40, 100), "b": (20, 100)}, {"a": (30, 60), "b": (18, 150)}),
        (
            {"still": (10, 20), "gone": (9, 30), "c": (25, 50)},
            {"still": (20, 40), "new": (11, 70), "c": (33, 90)},
        ),
    ]


def _ratio(p):
    return sum(n for n, _ in p.values()) / sum(d for _, d in p.values())


def kill_decomposition__right_properties(fn):
    for before, after in _cases():
        b0, a0 = dict(before), dict(after)
        parts = dict(fn(before, after))
        if before != b0 or after != a0:
            return False
        if set(parts) != set(before) | set(after):
            return False
        if abs(sum(parts.values()) - (_ratio(after) - _ratio(before))) > 1e-9:
            return False
        back = fn(dict(after), dict(before))
        tenfold = lambda p: {k: (10 * n, 10 * d) for k, (n, d) in p.items()}
        big0, big1 = fn(tenfold(before), dict(after)), fn(dict(before), tenfold(after))
        if set(back) != set(parts) or set(big0) != set(parts) or set(big1) != set(parts):
            return False
        for k, v in parts.items():
            if abs(back[k] + v) > 1e-9 or abs(big0[k] - v) > 1e-9 or abs(big1[k] - v) > 1e-9:
                return False
        if "still" in parts and abs(parts["still"]) > 1e-9:
            return False
    return True


def kill_decomposition__right_random_again(fn):
    rng = random.Random(5)
    for trial in range(60):
        pool = ["s", "t", "u", "v", "w"]
        n0, n1 = rng.sample(pool, rng.randint(1, 4)), rng.sample(pool, rng.randint(1, 4))
        make = lambda names: {k: (rng.uniform(0.5, 30), rng.uniform(5, 80)) for k in names}
        before, after = make(n0), make(n1)
        k = rng.uniform(0.2, 5)
        if trial % 2:
            d0 = sum(d for _, d in before.values())
            before["x"] = (6.0, d0)
            d1 = sum(d for _, d in after.values())
            after["x"] = (6.0 * d1 / d0, d1)
        c0, c1 = {**before}, {**after}
        got = {**fn(before, after)}
        if (before, after) != (c0, c1) or list(before) != list(c0):
            return False
        if got.keys() != before.keys() | after.keys():
            return False
        if not math.isclose(sum(got.values()), _ratio(after) - _ratio(before), abs_tol=1e-9):
            return False
        if "x" in got and abs(got["x"]) > 1e-9:
            return False
        back = fn(after, before)
        scaled = fn(before, {s: (n * 10, d * 10) for s, (n, d) in after.items()})
        scaled0 = fn({s: (n * 10, d * 10) for s, (n, d) in before.items()}, after)
        for s in got:
            if not (
                abs(got[s] + back[s]) < 1e-9
                and abs(got[s] - scaled[s]) < 1e-9
                and abs(got[s] - scaled0[s]) < 1e-9
            ):
                return False
    return True


def kill_decomposition__wrong_own_values_again(fn):
    """Compares with one decomposition (mix measured from the mean total, plus rate): rejects right ones with another centre."""
    before, after = _cases()[0]
    want = {k: m + r for k, (m, r) in _mar_again(before, after).items()}
    got = fn(before, after)
    return all(abs(got[k] - want[k]) < 1e-9 for k in want)


def kill_decomposition__wrong_only_the_sum(fn):
    """Checks keys and sum only; swapped periods, scale, still segments and arguments are not looked at."""
    before, after = _cases()[1]
    got = fn(before, after)
    return (
        set(got) == {*before, *after}
        and abs(sum(got.values()) - _ratio(after) + _ratio(before)) < 1e-9
    )


def kill_decomposition__wrong_exact_floats(fn):
    """Demands that the contributions add up exactly, without a tolerance: right ones fail by rounding."""
    for before, after in _cases():
        got, back = fn(dict(before), dict(after)), fn(dict(after), dict(before))
        if sum(got.values()) != _ratio(after) - _ratio(before):
            return False
        if any(got[k] != -back[k] for k in got):
            return False
    return True


def kill_decomposition__wrong_empty_segment(fn):
    """Gives segments with (0, 0), which the contract does not allow: right ones divide by 0 and are rejected."""
    before, after = {"a": (4, 10), "b": (0, 0)}, {"a": (5, 10), "b": (3, 10)}
    got = fn(before, after)
    return set(got) == {"a", "b"} and abs(sum(got.values()) - _ratio(after) + _ratio(before)) < 1e-9


def kill_decomposition__wrong_same_size_periods(fn):
    """Both periods have the same segments and the same total denominator, and nothing is scaled: mistakes with new segments and with totals pass."""
    before, after = {"a": (40, 100), "b": (20, 100)}, {"a": (30, 60), "b": (18, 140)}
    got, back = fn(before, after), fn(after, before)
    return abs(sum(got.values()) - _ratio(after) + _ratio(before)) < 1e-9 and all(
        abs(got[k] + back[k]) < 1e-9 for k in got
    )


def kill_decomposition__wrong_new_segment_zero(fn):
    """Demands that a segment of one period only contributes 0, which right ones do not give."""
    before, after = _cases()[1]
    got = fn(before, after)
    return abs(got["new"]) < 1e-9 and abs(got["gone"]) < 1e-9 and abs(got["still"]) < 1e-9


# ---------------------------------------------------------------- 12.7

_DIMS_again = ["city", "channel", "device", "category"]


def _best_again(case, score, sizes=(1, 2), level=True, least=True):
    e = case["expected"].to_numpy(dtype=float)
    a = case["actual"].to_numpy(dtype=float)
    if level:
        k = np.median(a / e)
        k = a.sum() / e.sum() if not k > 0 else k
    else:
        k = 1.0
    best, where = -np.inf, None
    for size in sizes:
        for dims in combinations(_DIMS_again, size):
            keys, code = np.unique(case[list(dims)].to_numpy(), axis=0, return_inverse=True)
            code = code.ravel()
            s = score(np.bincount(code, e * k), np.bincount(code, a), e.sum() * k, a.sum())
            i = int(np.argmax(s))
            if s[i] > best:
                best, where = s[i], {d: int(v) for d, v in zip(dims, keys[i])}
    return where


def _scan(e, a, E, A):
    a_, e_ = np.maximum(a, 1e-9), np.maximum(e, 1e-9)
    ro = np.maximum(A - a, 1e-9), np.maximum(E - e, 1e-9)
    llr = a_ * np.log(a_ / e_) + ro[0] * np.log(ro[0] / ro[1]) - A * np.log(A / E)
    return np.where(a / e_ < A / E, llr, -1.0)


def find_cause__right_scan_again(cases):
    return [_best_again(c, _scan, level=False) for c in cases]


def find_cause__right_z_score_again(cases):
    out = []
    for case in cases:
        k = case["actual"].sum() / case["expected"].sum()
        scored = []
        for n in (1, 2):
            for dims in combinations(_DIMS_again, n):
                g = case.groupby(list(dims))[["expected", "actual"]].sum()
                z = (k * g["expected"] - g["actual"]) / np.sqrt(k * g["expected"])
                key = z.idxmax()
                scored.append((z.max(), -n, dict(zip(dims, map(int, key if n > 1 else (key,))))))
        out.append(max(scored, key=lambda s: s[:2])[2])
    return out


def find_cause__wrong_largest_fall_again(cases):
    """Names the single value with the largest absolute fall: that is the baseline, and a large group wins by its size."""
    return [_best_again(c, lambda e, a, E, A: e - a, sizes=(1,), level=False) for c in cases]


def find_cause__wrong_largest_percentage_again(cases):
    """Names the value or pair with the largest percentage fall: tiny groups win by chance."""
    return [_best_again(c, lambda e, a, E, A: 1 - a / e) for c in cases]


def find_cause__wrong_always_pairs_percentage_of_cells(cases):
    """Looks at the single worst cell and returns its city and category: one cell's chance decides."""
    out = []
    for c in cases:
        worst = c.loc[(c["expected"] - c["actual"]).idxmax()]
        out.append({"city": int(worst["city"]), "category": int(worst["category"])})
    return out


def find_cause__wrong_four_dimensions(cases):
    """Returns a value for all four dimensions, where one or two are allowed."""
    return [
        {d: int(c.loc[(c["expected"] - c["actual"]).idxmax(), d]) for d in _DIMS_again}
        for c in cases
    ]


def find_cause__wrong_worst_of_each(cases):
    """Puts the worst values of two dimensions together, each chosen alone: they need not fall together, and need not even meet in a cell."""
    out = []
    for c in cases:
        z = {}
        for d in _DIMS_again:
            g = c.groupby(d)[["expected", "actual"]].sum()
            s = (g["expected"] - g["actual"]) / np.sqrt(g["expected"])
            z[d] = (s.max(), int(s.idxmax()))
        top = sorted(z, key=lambda d: -z[d][0])[:2]
        out.append({d: z[d][1] for d in top})
    return out


def _bd_report(rows, end, defect=None):
    if defect == "only_visits_that_ordered":
        rows = [r for r in rows if r[4] > 0]
    last = end if defect == "incomplete_day" else end - 1
    weeks = (
        [r for r in rows if end - 14 <= r[0] <= end - 8],
        [r for r in rows if end - 7 <= r[0] <= last],
    )

    def ratio(part):
        visits = sum(r[3] for r in part)
        return Fraction(sum(r[4] for r in part), visits) if visits else Fraction(0)

    def groups(part, k):
        out = defaultdict(list)
        for r in part:
            out[r[k]].append(r)
        return out

    def conversion(part):
        if defect != "mean_of_ratios":
            return ratio(part)
        users = groups(part, 2)
        return sum(map(ratio, users.values()), Fraction(0)) / len(users) if users else Fraction(0)

    sales = sum(r[5] for r in weeks[1]) - sum(r[5] for r in weeks[0])
    if defect == "weekday_ignored":
        sales_out = sum(r[5] for r in rows if r[0] == end - 1) - sum(
            r[5] for r in rows if r[0] == end - 2
        )
    else:
        sales_out = sales
    change = conversion(weeks[1]) - conversion(weeks[0])
    a, b = groups(weeks[0], 1), groups(weeks[1], 1)
    common = set(a) & set(b)
    if defect == "mix_read_as_rate":
        mean = change
    else:
        weights = {s: sum(r[3] for r in a[s] + b[s]) for s in common}
        mean = sum((weights[s] * (ratio(b[s]) - ratio(a[s])) for s in common), Fraction(0)) / (
            sum(weights.values()) or 1
        )
    direction = 0 if abs(mean) < 1e-9 else 1 if mean > 0 else -1
    ua, ub = groups(weeks[0], 2), groups(weeks[1], 2)
    users = set(ua) | set(ub)
    fell = sum(sum(r[5] for r in ub.get(u, [])) < sum(r[5] for r in ua.get(u, [])) for u in users)
    most = sales < 0 if defect == "one_whale" else 2 * fell > len(users)
    return sales_out, change, direction, bool(most)


_BD_SAME = [(0, "a", "u", 2, 1, 10), (7, "a", "u", 2, 1, 10)]


def _bd_table():
    return {
        "incomplete_day": ([*_BD_SAME, (14, "a", "u", 2, 1, 10)], 14),
        "weekday_ignored": ([*_BD_SAME, (13, "a", "u", 2, 1, 10), (6, "a", "u", 2, 1, 10)], 14),
        "mean_of_ratios": ([*_BD_SAME, (7, "a", "v", 8, 0, 0)], 14),
        "only_visits_that_ordered": ([*_BD_SAME, (8, "a", "u", 4, 0, 0)], 14),
        "mix_read_as_rate": ([*_BD_SAME, (8, "b", "u", 4, 0, 0)], 14),
        "one_whale": (
            [(0, "a", "whale", 1, 1, 900), (7, "a", "whale", 1, 1, 1)]
            + [(d, "a", u, 1, 1, 10) for u in ("v", "w") for d in (0, 7)],
            14,
        ),
    }


def break_diagnosis__right_table(defect):
    """A look-up table, one or two rows added for each defect."""
    return _bd_table()[defect]


def break_diagnosis__right_one_for_all_once_more(defect):
    """One table of 12 rows breaks all six."""
    rows = [
        (3, "app", "whale", 10, 5, 5000),
        (3, "app", "x", 10, 4, 40),
        (4, "web", "y", 2, 0, 0),
        (4, "web", "z", 10, 1, 10),
        (10, "app", "whale", 4, 2, 100),
        (10, "app", "x", 2, 1, 50),
        (11, "web", "y", 40, 2, 20),
        (11, "web", "z", 50, 6, 60),
        (16, "web", "y", 1, 1, 7),
        (17, "web", "z", 3, 1, 9),
    ]
    return rows, 17


def break_diagnosis__right_search(defect):
    """Random tables until the two reports differ clearly."""
    rng = random.Random(11)
    while True:
        end = rng.randint(14, 20)
        rows = []
        for _ in range(rng.randint(2, 12)):
            visits = rng.randint(1, 9)
            orders = rng.randint(0, visits) * rng.randint(0, 1)
            money = rng.randint(1, 500) * (orders > 0)
            rows.append(
                (
                    rng.randint(end - 14, end),
                    rng.choice("ab"),
                    rng.choice("uvwx"),
                    visits,
                    orders,
                    money,
                )
            )
        good, bad = _bd_report(rows, end), _bd_report(rows, end, defect)
        if any(abs(g - b) > 0.01 for g, b in zip(good, bad)):
            return rows, end


def break_diagnosis__right_few_rows_at_the_borders(defect):
    """Few rows, at the ends of the allowed ranges: day 20, 1,000 visits, 10,000 of money."""
    return {
        "incomplete_day": [(20, "s", "u", 1000, 1000, 10_000)],
        "weekday_ignored": [(13, "s", "u", 1, 1, 10_000)],
        "mean_of_ratios": [(19, "s", "u", 1, 1, 0), (19, "s", "v", 1000, 0, 0)],
        "only_visits_that_ordered": [(13, "s", "u", 1000, 0, 0), (13, "s", "u", 1, 1, 1)],
        "mix_read_as_rate": [(19, "s", "u", 1, 1, 10_000)],
        "one_whale": [(6, "s", "u", 1, 1, 10_000), (6, "s", "v", 1, 1, 0)],
    }[defect], 20


def _bd_patch(defect, name, value):
    return value if defect == name else _bd_table()[defect]


def break_diagnosis__wrong_last_day_without_orders(defect):
    """incomplete_day: the row of day `end` has no order, in a week without orders, by a user who is there anyway."""
    rows = [(0, "a", "u", 2, 1, 10), (7, "a", "u", 2, 0, 0), (14, "a", "u", 5, 0, 0)]
    return _bd_patch(defect, "incomplete_day", (rows, 14))


def break_diagnosis__wrong_other_border(defect):
    """incomplete_day: the row outside lies before the earlier week (day end - 15), not on day `end`."""
    return _bd_patch(
        defect,
        "incomplete_day",
        ([(1, "a", "u", 2, 1, 10), (8, "a", "u", 2, 1, 10), (0, "a", "u", 2, 1, 10)], 15),
    )


def break_diagnosis__wrong_days_fall_as_weeks(defect):
    """weekday_ignored: the weeks are different, but the last two days differ by the same 10."""
    rows = [(0, "a", "u", 2, 1, 30), (12, "a", "u", 2, 1, 15), (13, "a", "u", 2, 1, 25)]
    return _bd_patch(defect, "weekday_ignored", (rows, 14))


def break_diagnosis__wrong_users_visit_equally(defect):
    """mean_of_ratios: users convert differently, but visit equally often, so both means agree."""
    rows = [
        (0, "a", "u", 4, 1, 10),
        (7, "a", "u", 4, 3, 10),
        (0, "a", "v", 4, 0, 0),
        (7, "a", "v", 4, 1, 10),
    ]
    return _bd_patch(defect, "mean_of_ratios", (rows, 14))


def break_diagnosis__wrong_one_user_two_rows(defect):
    """mean_of_ratios: two unequal rows of *one* user, whose orders and visits are added up first."""
    rows = [(0, "a", "u", 2, 1, 10), (7, "a", "u", 1, 1, 10), (8, "a", "u", 9, 0, 0)]
    return _bd_patch(defect, "mean_of_ratios", (rows, 14))


def break_diagnosis__wrong_both_weeks_lose_alike(defect):
    """only_visits_that_ordered: the same rows without orders in both weeks: every difference stays 0."""
    rows = [*_BD_SAME, (1, "a", "v", 8, 0, 0), (8, "a", "v", 8, 0, 0)]
    return _bd_patch(defect, "only_visits_that_ordered", (rows, 14))


def break_diagnosis__wrong_mix_and_rate_fall(defect):
    """mix_read_as_rate: the mix changes, but conversion falls within the segments too: same sign."""
    rows = [
        (0, "a", "u", 10, 5, 9),
        (0, "b", "u", 10, 1, 9),
        (7, "a", "u", 10, 4, 9),
        (7, "b", "u", 90, 8, 9),
    ]
    return _bd_patch(defect, "mix_read_as_rate", (rows, 14))


def break_diagnosis__wrong_half_is_not_most(defect):
    """one_whale: sales rise and just half of the users fell, which is not more than half."""
    rows = [
        (0, "a", "u", 1, 1, 10),
        (7, "a", "u", 1, 1, 900),
        (0, "a", "v", 1, 1, 10),
        (7, "a", "v", 1, 1, 5),
    ]
    return _bd_patch(defect, "one_whale", (rows, 14))


def break_diagnosis__wrong_money_without_order_once_more(defect):
    """one_whale: a row has 0 orders and money, which is not allowed."""
    rows = [
        (0, "a", "w", 2, 1, 900),
        (7, "a", "w", 2, 0, 1),
        (0, "a", "v", 1, 1, 10),
        (7, "a", "v", 1, 1, 10),
    ]
    rows += [(0, "a", "x", 1, 1, 10), (7, "a", "x", 1, 1, 10)]
    return _bd_patch(defect, "one_whale", (rows, 14))


def break_diagnosis__wrong_end_21(defect):
    """incomplete_day: three full weeks and the day after, so end = 21, but 20 is the largest."""
    return _bd_patch(
        defect,
        "incomplete_day",
        ([(d + 7, *rest) for d, *rest in _bd_table()["incomplete_day"][0]], 21),
    )


_WB_NAN = (math.nan, math.nan, math.nan)


def _wb_history(y, t, n_weeks, skip):
    days = [t - 7 * k for k in range(1, n_weeks + 1)]
    return [float(y[d]) for d in days if d >= 0 and d not in skip and not math.isnan(y[d])]


def _wb_band(h, width, least=4):
    if len(h) < least:
        return _WB_NAN
    expected = float(np.median(h))
    half = width * 1.4826 * float(np.median(np.abs(np.array(h) - expected)))
    return expected, expected - half, expected + half


def weekday_band__right_numpy_once_more(y, t, n_weeks=8, skip=(), width=3.0):
    """A list of days, then NumPy medians."""
    return _wb_band(_wb_history(y, t, n_weeks, set(skip)), width)


def weekday_band__right_statistics_once_more(y, t, n_weeks=8, skip=(), width=3.0):
    """statistics.median and a while loop backwards."""
    history, day, left = [], t - 7, n_weeks
    while day >= 0 and left > 0:
        value = float(y[day])
        if value == value and day not in skip:
            history.append(value)
        day, left = day - 7, left - 1
    if len(history) < 4:
        return _WB_NAN
    middle = statistics.median(history)
    mad = statistics.median([abs(v - middle) for v in history])
    return middle, middle - 1.4826 * mad * width, middle + 1.4826 * mad * width


def weekday_band__right_slice_on_copy(y, t, n_weeks=8, skip=(), width=3.0):
    """A copy with NaN on the days to skip, a slice with step 7, scipy's MAD without scale."""
    past = np.array(y[:t], dtype=float)
    past[[d for d in skip if 0 <= d < t]] = np.nan
    h = past[::-1][6::7][:n_weeks]
    h = h[~np.isnan(h)]
    if h.size < 4:
        return (float("nan"),) * 3
    expected = float(np.median(h))
    sd = 1.4826 * float(stats.median_abs_deviation(h, scale=1.0))
    return expected, expected - width * sd, expected + width * sd


def weekday_band__right_pandas_once_more(y, t, n_weeks=8, skip=(), width=3.0):
    """A pandas series by day, reindexed to the wanted days, skipped days dropped by label."""
    series = pd.Series(np.asarray(y, float))
    days = pd.Index([t - 7 * k for k in range(n_weeks, 0, -1)]).difference(
        pd.Index(list(skip), dtype="int64")
    )
    h = series.reindex(days).dropna()
    if len(h) < 4:
        return _WB_NAN
    expected = h.median()
    half = (h - expected).abs().median() * 1.4826 * width
    return float(expected), float(expected - half), float(expected + half)


def weekday_band__wrong_older_week_instead(y, t, n_weeks=8, skip=(), width=3.0):
    """Goes on until it has n_weeks good values: what is left out is replaced by an older week."""
    h = _wb_history(y, t, t // 7 + 1, set(skip))[:n_weeks]
    return _wb_band(h, width)


def weekday_band__wrong_counts_nan(y, t, n_weeks=8, skip=(), width=3.0):
    """Counts the days before NaN are dropped: 4 days, one NaN, gives a band of 3 values."""
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and t - 7 * k not in skip]
    h = _wb_history(y, t, n_weeks, set(skip))
    return _wb_band(h, width, 1) if len(days) >= 4 else _WB_NAN


def weekday_band__wrong_last_week_missing(y, t, n_weeks=8, skip=(), width=3.0):
    """range(1, n_weeks): the week t - 7 n_weeks is missing; wrong with n_weeks = 4 and t = 28."""
    return _wb_band(_wb_history(y, t, n_weeks - 1, set(skip)), width)


def weekday_band__wrong_mad_zero_mean(y, t, n_weeks=8, skip=(), width=3.0):
    """A MAD of 0 is replaced by the mean absolute deviation, as often advised; wrong on 5, 5, 5, 9."""
    h = _wb_history(y, t, n_weeks, set(skip))
    e, low, high = _wb_band(h, width)
    if low == high:
        half = width * 1.2533 * float(np.mean(np.abs(np.array(h) - e)))
        return e, e - half, e + half
    return e, low, high


def weekday_band__wrong_low_not_negative(y, t, n_weeks=8, skip=(), width=3.0):
    """The lower end is cut at 0, as sales are not negative; wrong on 1, 9, 1, 9."""
    e, low, high = _wb_band(_wb_history(y, t, n_weeks, set(skip)), width)
    return e, low if math.isnan(low) else max(low, 0.0), high


def weekday_band__wrong_width_or_default(y, t, n_weeks=8, skip=(), width=3.0):
    """`width or 3.0`: a width of 0 becomes 3."""
    return _wb_band(_wb_history(y, t, n_weeks, set(skip)), width or 3.0)


def weekday_band__wrong_closed_today(y, t, n_weeks=8, skip=(), width=3.0):
    """No band for a day that is closed itself: NaN when y[t] is NaN."""
    return _WB_NAN if math.isnan(y[t]) else _wb_band(_wb_history(y, t, n_weeks, set(skip)), width)


def weekday_band__wrong_today_skipped(y, t, n_weeks=8, skip=(), width=3.0):
    """No band for a holiday: NaN when t itself is in skip."""
    return _WB_NAN if t in skip else _wb_band(_wb_history(y, t, n_weeks, set(skip)), width)


def weekday_band__wrong_zero_is_closed(y, t, n_weeks=8, skip=(), width=3.0):
    """Drops values of 0 with the NaN ('closed'); wrong on 0, 10, 12, 14, 50."""
    return _wb_band([v for v in _wb_history(y, t, n_weeks, set(skip)) if v], width)


def weekday_band__wrong_count_less_skip(y, t, n_weeks=8, skip=(), width=3.0):
    """Number left = days less len(skip), though skip may hold other weekdays and repeated days: NaN too often."""
    h = _wb_history(y, t, n_weeks, set(skip))
    in_reach = sum(t - 7 * n_weeks <= d < t for d in skip)
    days = [
        t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and not math.isnan(y[t - 7 * k])
    ]
    return _wb_band(h, width) if len(days) - in_reach >= 4 else _WB_NAN


def _ge_log(a, b):
    """ln(a / b), good also where a and b are nearly the same."""
    return math.log1p((a - b) / b) if 0.5 < a / b < 2 else math.log(a) - math.log(b)


def _ge_mean(a, b):
    x = _ge_log(a, b)
    return float(a) if a == b or x == 0 else (a - b) / x


def _ge_zero(row, change):
    k = next((i for i, v in enumerate(row[:2]) if v == 0), 2)
    return [change if i == k else 0.0 for i in range(3)]


def _ge_row(b, a, mean=_ge_mean, zero=_ge_zero):
    if b[2] == 0 and a[2] == 0:
        return [0.0, 0.0, 0.0]
    change = float(a[2] - b[2])
    if b[2] == 0 or a[2] == 0:
        return zero(b if b[2] == 0 else a, change)
    m = mean(a[2], b[2])
    return [
        m * math.log(a[0] / b[0]),
        m * math.log((a[1] / a[0]) / (b[1] / b[0])),
        m * math.log((a[2] / a[1]) / (b[2] / b[1])),
    ]


def gmv_effects__right_rows(before, after):
    """Row by row, three cases."""
    return [_ge_row(b, a) for b, a in zip(before, after)]


def gmv_effects__right_log_table(before, after):
    """Differences of a row of logarithms 0, ln users, ln orders, ln money; tuples."""
    out = []
    for b, a in zip(before, after):
        change = a[2] - b[2]
        if a[2] > 0 and b[2] > 0:
            steps = [0.0] + [math.log(float(x)) - math.log(float(y)) for x, y in zip(a, b)]
            mean = _ge_mean(a[2], b[2])
            out.append(tuple(mean * (steps[i + 1] - steps[i]) for i in range(3)))
        else:
            empty = a if a[2] == 0 else b
            first = [empty[0] == 0, empty[0] > 0 and empty[1] == 0, empty[0] > 0 and empty[1] > 0]
            out.append(tuple(float(change) if f else 0.0 for f in first))
    return out


def gmv_effects__right_numpy_once_more(before, after):
    """Masks over all segments at once; the logarithmic mean as a sinh."""
    b, a = (np.array(p, dtype=float).reshape(-1, 3) for p in (before, after))
    out = np.zeros_like(a)
    both = (b[:, 2] > 0) & (a[:, 2] > 0)
    lb, la = np.log(b[both]), np.log(a[both])
    half = (la[:, 2] - lb[:, 2]) / 2
    shape = np.where(
        np.abs(half) < 1e-4, 1 + half**2 / 6, np.sinh(half) / np.where(half == 0, 1, half)
    )
    mean = np.exp((la[:, 2] + lb[:, 2]) / 2) * shape
    out[both] = mean[:, None] * np.diff(la - lb, axis=1, prepend=0)
    empty = np.where((b[:, 2] == 0)[:, None], b, a)
    column = np.select([empty[:, 0] == 0, empty[:, 1] == 0], [0, 1], 2)
    rest = np.flatnonzero(~both)
    out[rest, column[rest]] = (a - b)[rest, 2]
    return out.tolist()


def gmv_effects__right_integral(before, after):
    """The logarithmic mean as the integral of a^s b^(1-s) over s, by quadrature."""

    def mean(a, b):
        x = _ge_log(a, b)
        return (
            b * integrate.quad(lambda s: math.exp(s * x), 0, 1, epsabs=0, epsrel=1e-13)[0]
            if abs(x) < 3
            else _ge_mean(a, b)
        )

    return [_ge_row(b, a, mean) for b, a in zip(before, after)]


def gmv_effects__wrong_isclose(before, after):
    """np.isclose for 'equal' (relative 1e-5): money 1,000,000 to 1,000,008 and twice the users is off by 3 to 5 USD."""
    return [
        _ge_row(b, a, lambda p, q: float(p) if np.isclose(p, q) else _ge_mean(p, q))
        for b, a in zip(before, after)
    ]


def gmv_effects__wrong_row_by_index(before, after):
    """Finds the partner by before.index(row): wrong if two segments had equal rows before."""
    return [_ge_row(b, after[before.index(b)]) for b in before]


def gmv_effects__wrong_smaller_row(before, after):
    """Reads min(before, after) as the row without money; wrong on [5, 9, 70] to [8, 0, 0] (users come first)."""
    return [
        _ge_row(b, a, zero=lambda row, change, p=b, q=a: _ge_zero(min(list(p), list(q)), change))
        for b, a in zip(before, after)
    ]


def gmv_effects__wrong_free_orders(before, after):
    """No third case: orders that brought no money ([5, 3, 0]) count as the effect of orders per user."""

    def zero(row, change):
        return [change, 0.0, 0.0] if row[0] == 0 else [0.0, change, 0.0]

    return [_ge_row(b, a, zero=zero) for b, a in zip(before, after)]


def gmv_effects__wrong_idle_segments_skipped(before, after):
    """Segments without money in both periods get no row ([[5, 0, 0]], [[6, 0, 0]])."""
    return [_ge_row(b, a) for b, a in zip(before, after) if b[2] or a[2]]


def gmv_effects__wrong_gone_users_positive(before, after):
    """A segment whose users are gone has the amount, not the change, as effect of users: +80, not -80."""

    def zero(row, change):
        return [abs(change), 0.0, 0.0] if row[0] == 0 else _ge_zero(row, change)

    return [_ge_row(b, a, zero=zero) for b, a in zip(before, after)]


def gmv_effects__wrong_cents_are_nothing(before, after):
    """Money below 0.5 is taken for no money (round): [[10, 2, 0.4]] to [[20, 4, 0.8]] is given to one factor."""

    def clean(row):
        return row if round(row[2]) else [row[0], row[1], 0]

    out = []
    for b, a in zip(before, after):
        row = _ge_row(clean(b), clean(a), zero=lambda r, c, d=a[2] - b[2]: _ge_zero(r, float(d)))
        out.append(row)
    return out


def gmv_effects__wrong_rounded_to_cents(before, after):
    """Effects in whole cents, the third as the rest; wrong on small money, [[1, 2, 0.004]] to [[2, 2, 0.001]]."""
    out = []
    for b, a in zip(before, after):
        u, o, _ = _ge_row(b, a)
        u, o = round(u, 2), round(o, 2)
        out.append([u, o, round(float(a[2] - b[2]) - u - o, 2)])
    return out


def _mr(before, after, mean_rate=None, centre=None, rate_share=None, fill=None):
    (n0, d0), (n1, d1) = ([sum(v[k] for v in p.values()) for k in (0, 1)] for p in (before, after))
    if not (d0 > 0 and d1 > 0):
        raise ValueError("a period without a denominator")
    middle = (n0 / d0 + n1 / d1) / 2 if centre is None else centre(n0, d0, n1, d1)
    parts = {}
    for name in list(before) + [k for k in after if k not in before]:
        (p, q), (r, s) = before.get(name, (0, 0)), after.get(name, (0, 0))
        if not q and not s:
            parts[name] = (0.0, 0.0)
            continue
        old, new = (p / q if q else None), (r / s if s else None)
        old, new = (new if old is None else old), (old if new is None else new)
        if fill:
            old, new = fill(p, q, r, s)
        share0, share1 = q / d0, s / d1
        level = (old + new) / 2 if mean_rate is None else mean_rate(p, q, r, s, old, new)
        weight = (share0 + share1) / 2 if rate_share is None else rate_share(q, s, d0, d1)
        parts[name] = ((share1 - share0) * (level - middle), (new - old) * weight)
    return parts


def mix_and_rate__right_loop_once_more(before, after):
    """One loop over the names of both periods."""
    return _mr(before, after)


def mix_and_rate__right_fractions(before, after):
    """Exact with fractions; lists as parts."""
    names = {*before, *after}
    get = [
        {k: [Fraction(float(v)) for v in p.get(k, (0, 0))] for k in names} for p in (before, after)
    ]
    totals = [[sum((v[k] for v in p.values()), Fraction(0)) for k in (0, 1)] for p in get]
    if any(d == 0 for _, d in totals):
        raise ValueError("no denominator")
    centre = sum(n / d for n, d in totals) / 2
    out = {}
    for k in names:
        rates = [p[k][0] / p[k][1] for p in get if p[k][1]]
        if not rates:
            out[k] = [0.0, 0.0]
            continue
        shares = [p[k][1] / t[1] for p, t in zip(get, totals)]
        mix = (shares[1] - shares[0]) * ((rates[0] + rates[-1]) / 2 - centre)
        out[k] = [float(mix), float((rates[-1] - rates[0]) * sum(shares) / 2)]
    return out


def mix_and_rate__right_pandas_once_more(before, after):
    """A table by segment, missing rates filled from the other period."""
    names = sorted({*before, *after}, key=str)
    b = np.array([before.get(k, (0, 0)) for k in names], float).reshape(-1, 2)
    a = np.array([after.get(k, (0, 0)) for k in names], float).reshape(-1, 2)
    if b[:, 1].sum() == 0 or a[:, 1].sum() == 0:
        raise ValueError("empty period")
    shares = pd.DataFrame({"b": b[:, 1] / b[:, 1].sum(), "a": a[:, 1] / a[:, 1].sum()})
    with np.errstate(invalid="ignore"):
        rates = pd.DataFrame({"b": b[:, 0] / b[:, 1], "a": a[:, 0] / a[:, 1]})
    rates = rates.bfill(axis=1).ffill(axis=1).fillna(0.0)
    centre = (b[:, 0].sum() / b[:, 1].sum() + a[:, 0].sum() / a[:, 1].sum()) / 2
    mix = (shares["a"] - shares["b"]) * (rates.mean(axis=1) - centre)
    rate = (rates["a"] - rates["b"]) * shares.mean(axis=1)
    idle = (shares == 0).all(axis=1)
    return {
        k: (0.0, 0.0) if z else (float(m), float(r)) for k, m, r, z in zip(names, mix, rate, idle)
    }


def mix_and_rate__right_swapped_average(before, after):
    """The average of two one-sided decompositions, forward and backward, then the centre taken off."""

    def total(period, k):
        return math.fsum(v[k] for v in period.values())

    if min((total(p, 1) for p in (before, after)), default=0) <= 0:
        raise ValueError("nothing to compare")
    centre = 0.5 * (total(before, 0) / total(before, 1) + total(after, 0) / total(after, 1))

    def one(name):
        (n0, e0), (n1, e1) = before.get(name, (0, 0)), after.get(name, (0, 0))
        if e0 == e1 == 0:
            return 0.0, 0.0
        r0 = n0 / e0 if e0 else n1 / e1
        r1 = n1 / e1 if e1 else n0 / e0
        s0, s1 = e0 / total(before, 1), e1 / total(after, 1)
        forward = (s1 - s0) * (r0 - centre), (r1 - r0) * s1
        backward = (s1 - s0) * (r1 - centre), (r1 - r0) * s0
        return tuple((f + g) / 2 for f, g in zip(forward, backward))

    return {name: one(name) for name in dict.fromkeys([*after, *before])}


def mix_and_rate__wrong_pooled_centre(before, after):
    """The centre is the ratio of both periods pooled: the same only if both have as many denominators."""
    return _mr(before, after, centre=lambda n0, d0, n1, d1: (n0 + n1) / (d0 + d1))


def mix_and_rate__wrong_pooled_rate(before, after):
    """A segment's level is its pooled rate, not the mean of its two rates; wrong where the rate moves."""
    return _mr(before, after, mean_rate=lambda p, q, r, s, old, new: (p + r) / (q + s))


def mix_and_rate__wrong_pooled_share(before, after):
    """The weight of the rate is the pooled share; wrong for periods of different size."""
    return _mr(before, after, rate_share=lambda q, s, d0, d1: (q + s) / (d0 + d1))


def mix_and_rate__wrong_rate_or(before, after):
    """`rate or other`: a true rate of 0 in one period is replaced by the other one; wrong on (0, 10), (5, 10)."""

    def fill(p, q, r, s):
        old, new = p / q if q else 0.0, r / s if s else 0.0
        return old or new, new or old

    return _mr(before, after, fill=fill)


def mix_and_rate__wrong_new_segment_from_zero(before, after):
    """A segment without a rate has rate 0 in that period; wrong on a new segment (the sum is right!)."""
    return _mr(before, after, fill=lambda p, q, r, s: (p / q if q else 0.0, r / s if s else 0.0))


def mix_and_rate__wrong_missing_is_not_zero(before, after):
    """Takes the other rate only where the name is missing; (0, 0) that is written out divides by 0."""
    names = {*before, *after}
    sums = [[sum(v[k] for v in p.values()) for k in (0, 1)] for p in (before, after)]
    if not sums[0][1] or not sums[1][1]:
        raise ValueError
    out = {}
    centre = (sums[0][0] / sums[0][1] + sums[1][0] / sums[1][1]) / 2
    for k in names:
        b, a = before.get(k, after.get(k)), after.get(k, before.get(k))
        r0, r1 = b[0] / b[1], a[0] / a[1]
        s0 = b[1] / sums[0][1] if k in before else 0
        s1 = a[1] / sums[1][1] if k in after else 0
        out[k] = ((s1 - s0) * ((r0 + r1) / 2 - centre), (r1 - r0) * (s0 + s1) / 2)
    return out


def mix_and_rate__wrong_error_if_no_names(before, after):
    """ValueError only for a period without names; {'a': (0, 0)} raises ZeroDivisionError."""
    if not before or not after:
        raise ValueError("empty")
    sum(v[0] for v in before.values()) / sum(v[1] for v in before.values())
    sum(v[0] for v in after.values()) / sum(v[1] for v in after.values())
    return _mr(before, after)


def mix_and_rate__wrong_idle_left_out(before, after):
    """A segment with a denominator of 0 in both periods is missing in the result."""
    parts = _mr(before, after)
    return {k: v for k, v in parts.items() if before.get(k, (0, 0))[1] or after.get(k, (0, 0))[1]}


def mix_and_rate__wrong_gone_all_in_mix(before, after):
    """New and gone segments get their share of the ratio, uncentred, as mix; wrong on a new segment."""
    parts = _mr(before, after)
    d0, d1 = (sum(v[1] for v in p.values()) for p in (before, after))
    for k in parts:
        (p, q), (r, s) = before.get(k, (0, 0)), after.get(k, (0, 0))
        if bool(q) != bool(s):
            parts[k] = (r / d1 - p / d0, 0.0)
    return parts


def mix_and_rate__wrong_rate_after_share(before, after):
    """Rate by the later share and mix by the earlier rate: the sum is right, the parts are not the mean ones."""
    return _mr(
        before,
        after,
        mean_rate=lambda p, q, r, s, old, new: old,
        rate_share=lambda q, s, d0, d1: s / d1,
    )


def _ad_crude(before, after):
    sums = [[sum(v[k] for v in p.values()) for k in (0, 1)] for p in (before, after)]
    if not sums[0][1] or not sums[1][1]:
        return math.nan
    return sums[1][0] / sums[1][1] - sums[0][0] / sums[0][1]


def _ad_common(before, after):
    return [
        (*before[k], *after[k])
        for k in before
        if k in after and before[k][1] > 0 and after[k][1] > 0
    ]


def _ad(before, after, weight=lambda n0, d0, n1, d1: d0 + d1, crude=None, turned=None):
    crude = _ad_crude(before, after) if crude is None else crude
    rows = _ad_common(before, after)
    if not rows:
        return crude, math.nan, False
    total = sum(weight(*r) for r in rows)
    adjusted = sum(weight(*r) * (r[2] / r[3] - r[0] / r[1]) for r in rows) / total
    if turned is not None:
        return crude, adjusted, bool(turned(crude, adjusted))
    return crude, adjusted, bool(min(crude, adjusted) < -1e-12 and max(crude, adjusted) > 1e-12)


def adjusted_difference__right_loop_once_more(before, after):
    """Plain Python."""
    return _ad(before, after)


def adjusted_difference__right_fractions(before, after):
    """Exact fractions, so a difference of 0 is 0."""

    def frac(p):
        return {k: (Fraction(v[0]), Fraction(v[1])) for k, v in p.items()}

    b, a = frac(before), frac(after)
    n0, d0, n1, d1 = (sum((v[k] for v in p.values()), Fraction(0)) for p in (b, a) for k in (0, 1))
    crude = n1 / d1 - n0 / d0 if d0 and d1 else None
    top = bottom = Fraction(0)
    for k in b.keys() & a.keys():
        if b[k][1] and a[k][1]:
            w = b[k][1] + a[k][1]
            top, bottom = top + w * (a[k][0] / a[k][1] - b[k][0] / b[k][1]), bottom + w
    adjusted = top / bottom if bottom else None
    tiny = Fraction(1, 10**12)
    turned = None not in (crude, adjusted) and (
        (crude > tiny and adjusted < -tiny) or (crude < -tiny and adjusted > tiny)
    )
    return (
        math.nan if crude is None else float(crude),
        math.nan if adjusted is None else float(adjusted),
        turned,
    )


def adjusted_difference__right_pandas_once_more(before, after):
    """Two tables by stratum, an inner join, np.average."""
    tables = [
        pd.DataFrame.from_dict(p, orient="index", columns=["n", "d"], dtype=float)
        for p in (before, after)
    ]
    sums = [t.sum() for t in tables]
    crude = (
        float(sums[1]["n"] / sums[1]["d"] - sums[0]["n"] / sums[0]["d"])
        if all(s["d"] > 0 for s in sums)
        else math.nan
    )
    both = tables[0][tables[0]["d"] > 0].join(
        tables[1][tables[1]["d"] > 0], how="inner", lsuffix="0", rsuffix="1"
    )
    if both.empty:
        return crude, math.nan, False
    change = both["n1"] / both["d1"] - both["n0"] / both["d0"]
    adjusted = float(np.average(change, weights=both["d0"] + both["d1"]))
    signs = sorted(0 if abs(v) <= 1e-12 else math.copysign(1, v) for v in (crude, adjusted))
    return crude, adjusted, signs == [-1, 1]


def adjusted_difference__right_standardised(before, after):
    """Two ratios standardised to the common mix, and their difference."""
    common = sorted((k for k in {*before} & {*after} if before[k][1] * after[k][1] > 0), key=repr)
    crude = _ad_crude(before, after)
    weights = [before[k][1] + after[k][1] for k in common]
    if not weights:
        return crude, float("nan"), False
    mixed = [
        math.fsum(w * p[k][0] / p[k][1] for w, k in zip(weights, common)) / sum(weights)
        for p in (before, after)
    ]
    adjusted = mixed[1] - mixed[0]
    return (
        crude,
        adjusted,
        any(x > 1e-12 and y < -1e-12 for x, y in ((crude, adjusted), (adjusted, crude))),
    )


def adjusted_difference__wrong_earlier_mix(before, after):
    """Weights are the denominators before only; wrong unless each stratum keeps its share."""
    return _ad(before, after, lambda n0, d0, n1, d1: d0)


def adjusted_difference__wrong_mantel_haenszel(before, after):
    """Weights d0 d1 / (d0 + d1) (Mantel-Haenszel); wrong on {a: 1/10, b: 1/10} to {a: 2/10, b: 63/90}."""
    return _ad(before, after, lambda n0, d0, n1, d1: d0 * d1 / (d0 + d1))


def adjusted_difference__wrong_crude_of_common_once_more(before, after):
    """Crude only over the common strata; wrong with a new stratum."""
    keep = {k for k in before if k in after and before[k][1] > 0 and after[k][1] > 0}
    crude = _ad_crude({k: before[k] for k in keep}, {k: after[k] for k in keep})
    return _ad(before, after, crude=crude if keep else _ad_crude(before, after))


def adjusted_difference__wrong_needs_numerator(before, after):
    """A stratum with numerator 0 in one period is left out of the common ones; wrong on (0, 10), (5, 10)."""
    keep = [k for k in before if k in after and all(before[k]) and all(after[k])]
    crude = _ad_crude(before, after)
    return _ad({k: before[k] for k in keep}, {k: after[k] for k in keep}, crude=crude)


def adjusted_difference__wrong_written_zero(before, after):
    """Common = named in both periods: (0, 0) in one period divides by 0."""
    rows = [(*before[k], *after[k]) for k in before if k in after]
    crude = _ad_crude(before, after)
    if not rows:
        return crude, math.nan, False
    adjusted = sum((r[1] + r[3]) * (r[2] / r[3] - r[0] / r[1]) for r in rows) / sum(
        r[1] + r[3] for r in rows
    )
    return crude, adjusted, bool(min(crude, adjusted) < -1e-12 and max(crude, adjusted) > 1e-12)


def adjusted_difference__wrong_product_negative(before, after):
    """Turned if the product is below 0: rounding turns; wrong on {a: 20/30, b: 0/10, c: 5/6} to {a: 2/6, b: 7/10, c: 4/6}."""
    return _ad(before, after, turned=lambda c, a: c * a < 0)


def adjusted_difference__wrong_product_tolerance(before, after):
    """Turned if the product is below -1e-12: differences of 5e-7 and -5e-7 are missed (large denominators)."""
    return _ad(before, after, turned=lambda c, a: c * a < -1e-12)


def adjusted_difference__wrong_signs_differ_once_more(before, after):
    """Turned if the signs differ, so 0 against above 0 turns; wrong where all rates stay and the mix moves."""

    def sign(v):
        return 0 if abs(v) <= 1e-12 else 1 if v > 0 else -1

    return _ad(before, after, turned=lambda c, a: sign(c) != sign(a))


def adjusted_difference__wrong_every_stratum(before, after):
    """Turned only if every common stratum moves against the total (Simpson in the strict sense)."""
    rows = _ad_common(before, after)

    def turned(c, a):
        return (
            c * a < 0
            and abs(c) > 1e-12
            and abs(a) > 1e-12
            and all(c * (r[2] / r[3] - r[0] / r[1]) < 0 for r in rows)
        )

    return _ad(before, after, turned=turned)


def adjusted_difference__wrong_same_order(before, after):
    """Pairs the strata by position, not by name; wrong if the two dicts are in another order."""
    n = {name: value for name, value in zip(before, after.values())}
    if len(before) != len(after):
        return _ad(before, after)
    return _ad(before, n)


def _kd_total(p):
    return sum(v[0] for v in p.values()) / sum(v[1] for v in p.values())


_KD_CASES = (
    ({"a": (40, 100), "b": (20, 100)}, {"a": (25, 50), "b": (30, 150)}),
    (
        {"still": (10, 50), "gone": (30, 100), "c": (7, 50)},
        {"new": (9, 60), "c": (30, 40), "still": (20 / 3, 100 / 3)},
    ),
    ({"z": (3, 7)}, {"z": (5, 9)}),
    ({"y": (3, 7)}, {"z": (5.5, 9)}),
    (
        {"s": (2, 10), "u": (1, 10), "w": (4, 20), "x": (0.5, 5)},
        {"x": (3, 10), "w": (1.5, 40), "s": (4, 20), "u": (9, 10)},
    ),
)


def _kd_copy(p):
    return {k: tuple(v) for k, v in p.items()}


def _kd_close(a, b, tol=1e-9):
    return abs(a - b) <= tol


def _kd_test(fn, cases=_KD_CASES, checks="ksymtu", close=_kd_close, total=None):
    def call(p, q):
        a, b = _kd_copy(p), _kd_copy(q)
        out = fn(a, b)
        if "u" in checks and (
            list(a.items()) != list(p.items()) or list(b.items()) != list(q.items())
        ):
            raise AssertionError("changed its arguments")
        return dict(out)

    try:
        for p, q in cases:
            got, back = call(p, q), call(q, p)
            if "k" in checks and (set(got) != {*p, *q} or set(back) != {*p, *q}):
                return False
            if "s" in checks and not close(sum(got.values()), _kd_total(q) - _kd_total(p)):
                return False
            if "y" in checks and not all(close(got[k], -back[k]) for k in {*p, *q}):
                return False
            dp, dq = sum(v[1] for v in p.values()), sum(v[1] for v in q.values())
            for k in {*p} & {*q}:
                same = (
                    abs(p[k][1] / dp - q[k][1] / dq) < 1e-12
                    and abs(p[k][0] / p[k][1] - q[k][0] / q[k][1]) < 1e-12
                )
                if "t" in checks and same and not close(got[k], 0):
                    return False
            if "m" in checks:
                big_p = {k: (10 * n, 10 * d) for k, (n, d) in p.items()}
                big_q = {k: (10 * n, 10 * d) for k, (n, d) in q.items()}
                for one in (call(big_p, q), call(p, big_q)):
                    if set(one) != set(got) or not all(close(one[k], got[k]) for k in got):
                        return False
    except Exception:
        return False
    return True


def kill_decomposition__right_cases(fn):
    """Five cases by hand, all six properties."""
    return _kd_test(fn)


def kill_decomposition__right_random_once_more(fn):
    """Random periods with new, gone and still segments, all properties."""
    rng = random.Random(4)
    cases = []
    for _ in range(40):
        p, q = {}, {}
        for name in rng.sample("abcdefg", rng.randint(1, 6)):
            kind = rng.randint(0, 3)
            if kind != 1:
                d = rng.randint(5, 200)
                p[name] = (rng.randint(1, d), d)
            if kind == 3:
                q[name] = p[name]
            elif kind != 2:
                d = rng.randint(5, 200)
                q[name] = (rng.randint(1, d), d)
        if p and q:
            cases.append((p, q))
            if any(k in q and p[k] == q[k] for k in p):
                rest = sum(v[1] for v in p.values()) - sum(v[1] for k, v in q.items())
                if rest > 0:
                    cases.append((p, {**q, "fill": (1, rest)}))
    return _kd_test(fn, [*cases, *_KD_CASES[:3]])


def kill_decomposition__right_straight(fn):
    """The hint: two cases, three calls each, on deep copies, written out with early returns."""
    one = {"a": (40, 100), "b": (20, 100)}, {"b": (90, 300), "a": (50, 100)}
    two = (
        {"still": (10, 50), "gone": (30, 100), "c": (7, 50)},
        {"still": (20, 100), "c": (60, 160), "new": (9, 140)},
    )
    for before, after in (one, two, one[::-1], two[::-1]):
        kept = copy.deepcopy((before, after))
        calls = [
            (before, after, 1),
            (after, before, -1),
            ({k: (n * 10, d * 10) for k, (n, d) in before.items()}, after, 1),
            (before, {k: (n * 10, d * 10) for k, (n, d) in after.items()}, 1),
        ]
        results = []
        for p, q, sign in calls:
            p, q = copy.deepcopy((p, q))
            saved = copy.deepcopy((p, q))
            try:
                got = fn(p, q)
            except Exception:
                return False
            if (p, q) != saved or got.keys() != {*p, *q}:
                return False
            results.append({k: sign * float(v) for k, v in got.items()})
        assert (before, after) == kept
        first = results[0]
        if not math.isclose(
            math.fsum(first.values()), _kd_total(after) - _kd_total(before), abs_tol=1e-9, rel_tol=0
        ):
            return False
        if any(abs(r[k] - first[k]) > 1e-9 for r in results[1:] for k in first):
            return False
        if abs(first.get("still", 0.0)) > 1e-9:
            return False
    return True


def kill_decomposition__right_arrays(fn):
    """NumPy: stacks the results of the calls as rows of an array and tests all at once."""
    for p, q in (*_KD_CASES, *[(b, a) for a, b in _KD_CASES]):
        names = sorted({*p, *q})

        def vector(x, y):
            u, v = copy.deepcopy(x), copy.deepcopy(y)
            out = fn(u, v)
            clean = u == x and v == y and sorted(out) == names
            return [out[k] for k in names] if clean else [math.inf] * len(names)

        try:
            ten = [{k: (10 * a, 10 * b) for k, (a, b) in x.items()} for x in (p, q)]
            rows = np.array(
                [vector(p, q), np.negative(vector(q, p)), vector(ten[0], q), vector(p, ten[1])],
                float,
            )
        except Exception:
            return False
        if not np.isfinite(rows).all() or np.ptp(rows, axis=0).max() > 1e-9:
            return False
        if abs(rows[0].sum() - _kd_total(q) + _kd_total(p)) > 1e-9:
            return False
        for i, k in enumerate(names):
            if k == "still" and abs(rows[0, i]) > 1e-9:
                return False
    return True


def kill_decomposition__wrong_still_is_exact_zero(fn):
    """Wants == 0 for a still segment, i of 10 against 0.7 i of 7: rounding makes 1e-17 of it, a right one is refused."""
    if not _kd_test(fn):
        return False
    return all(
        fn({"still": (i, 10), "a": (1, 20)}, {"still": (0.7 * i, 7), "a": (2, 14)})["still"] == 0
        for i in range(1, 30)
    )


def kill_decomposition__wrong_swap_exact(fn):
    """Wants exactly the opposite number and the same bits after ten times: right ones that round are refused."""
    if not _kd_test(fn):
        return False
    for p, q in (*_KD_CASES, *_KD_EXTRA):
        a, b = fn(_kd_copy(p), _kd_copy(q)), fn(_kd_copy(q), _kd_copy(p))
        c = fn(_kd_copy({k: (10 * x, 10 * y) for k, (x, y) in p.items()}), _kd_copy(q))
        if any(a[k] != -b[k] or a[k] != c[k] for k in a):
            return False
    return True


_KD_EXTRA = tuple(
    ({"a": (i + 0.1, 7), "b": (3, 11 + i)}, {"a": (2.3, 13 + i), "b": (5 + i, 17)})
    for i in range(10)
)


def kill_decomposition__wrong_known_values(fn):
    """Also compares with the decomposition of 12.4: right ones with another centre are refused."""
    if not _kd_test(fn):
        return False
    for p, q in _KD_CASES:
        parts = _mr(p, q)
        if any(abs(v - sum(parts[k])) > 1e-9 for k, v in fn(_kd_copy(p), _kd_copy(q)).items()):
            return False
    return True


def kill_decomposition__wrong_order_of_keys(fn):
    """Wants the keys in the order before, then new ones: right ones that sort or use a set are refused."""
    if not _kd_test(fn):
        return False
    return all(
        list(fn(_kd_copy(p), _kd_copy(q))) == list(dict.fromkeys([*p, *q])) for p, q in _KD_CASES
    )


def kill_decomposition__wrong_relative_sum(fn):
    """isclose without abs_tol on totals that do not change: a sum of 1e-17 of right ones is refused."""
    p, q = {"a": (4, 10), "b": (1, 10), "c": (3, 9)}, {"c": (3, 9), "b": (4, 10), "a": (1, 10)}
    return _kd_test(fn) and all(
        math.isclose(sum(fn(_kd_copy(x), _kd_copy(y)).values()), _kd_total(y) - _kd_total(x))
        for x, y in ((p, q), (q, p), *_KD_ZERO)
    )


_KD_ZERO = tuple(
    ({"a": (i, 7), "b": (3, 7), "c": (1, 7)}, {"a": (1, 7), "b": (i, 7), "c": (3, 7)})
    for i in range(1, 9)
)


def kill_decomposition__wrong_zero_numerator(fn):
    """Tries a segment with a numerator of 0 and an empty period: right ones (logarithms) may fail there."""
    return _kd_test(fn, [*_KD_CASES, ({"a": (0, 10), "b": (2, 10)}, {"a": (1, 10), "b": (3, 10)})])


def kill_decomposition__wrong_still_counts(fn):
    """Thinks a segment with the same *counts* must give 0, though its share moves as the total grows."""
    if not _kd_test(fn):
        return False
    return abs(fn({"same": (4, 10), "b": (1, 10)}, {"same": (4, 10), "b": (9, 30)})["same"]) <= 1e-9


def kill_decomposition__wrong_ten_of_one_segment(fn):
    """Ten times the numbers of *one segment* in one period must change nothing: every right one is refused."""
    if not _kd_test(fn):
        return False
    p, q = _KD_CASES[0]
    a, b = (
        fn(_kd_copy(p), _kd_copy(q)),
        fn(_kd_copy(p), {**q, "a": (10 * q["a"][0], 10 * q["a"][1])}),
    )
    return abs(a["b"] - b["b"]) <= 1e-9


def kill_decomposition__wrong_no_new_or_gone(fn):
    """Only segments of both periods and no still one, copies not compared: misses names, new, gone, still, changed."""
    return _kd_test(fn, [_KD_CASES[0], _KD_CASES[2]], checks="ksym")


def kill_decomposition__wrong_sizes_only(fn):
    """After the swap compares sizes, scales *both* periods by ten and saves the arguments by alias: misses four."""
    for p, q in _KD_CASES:
        a, b = dict(fn(p_ := _kd_copy(p), q_ := _kd_copy(q))), dict(fn(_kd_copy(q), _kd_copy(p)))
        saved = p_, q_
        ten = [{k: (10 * n, 10 * d) for k, (n, d) in x.items()} for x in (p, q)]
        c = dict(fn(*ten))
        if (
            set(a) != {*p, *q}
            or (p_, q_) != saved
            or abs(sum(a.values()) - _kd_total(q) + _kd_total(p)) > 1e-9
        ):
            return False
        if any(
            abs(abs(a[k]) - abs(b.get(k, 0))) > 1e-9 or abs(a[k] - c.get(k, 0)) > 1e-9 for k in a
        ):
            return False
    return True


_NANS = (float("nan"), float("nan"), float("nan"))


def _more_band(h, width=3.0, least=4):
    h = np.asarray(h, dtype=float)
    if len(h) < least:
        return _NANS
    middle = float(np.median(h))
    half = width * 1.4826 * float(np.median(np.abs(h - middle)))
    return middle, middle - half, middle + half


def weekday_band__right_list_once_more(y, t, n_weeks=8, skip=(), width=3.0):
    """Days listed, filtered, NaN dropped."""
    days = [t - 7 * k for k in range(1, n_weeks + 1)]
    h = np.array([y[d] for d in days if d >= 0 and d not in set(skip)], dtype=float)
    return _more_band(h[~np.isnan(h)], width)


def weekday_band__right_statistics_once_again(y, t, n_weeks=8, skip=(), width=3.0):
    """Pure Python from the oldest week on, statistics.median."""
    closed = frozenset(int(d) for d in skip)
    h = [
        float(y[d])
        for d in range(t % 7, t, 7)
        if d >= t - 7 * n_weeks and d not in closed and y[d] == y[d]
    ]
    if len(h) <= 3:
        return _NANS
    m = statistics.median(h)
    s = 1.4826 * statistics.median(abs(x - m) for x in h)
    return m, m - width * s, m + width * s


def weekday_band__right_series_shift(y, t, n_weeks=8, skip=(), width=3.0):
    """A pandas Series with the skipped days removed, reindexed to the wanted days."""
    s = pd.Series(np.array(y[:t], dtype=float))
    s = s.drop(index=[d for d in set(skip) if 0 <= d < t])
    h = s.reindex([t - 7 * k for k in range(1, n_weeks + 1)]).dropna()
    if h.size < 4:
        return _NANS
    m = h.quantile(0.5)
    half = (h - m).abs().quantile(0.5) * width * 1.4826
    return float(m), float(m - half), float(m + half)


def weekday_band__wrong_negative_positions_wrap(y, t, n_weeks=8, skip=(), width=3.0):
    """t - 7 k below 0 counts from the end of y where that exists (t = 30 of 60 days, n_weeks = 8)."""
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= -(len(y) - t - 1)]
    h = np.array([y[d] for d in days if d not in skip], dtype=float)
    return _more_band(h[~np.isnan(h)], width)


def weekday_band__wrong_nan_counted(y, t, n_weeks=8, skip=(), width=3.0):
    """The 4 values are counted with NaN, then nanmedian: 4 weeks of which one is NaN give a band."""
    h = np.array(
        [y[t - 7 * k] for k in range(1, n_weeks + 1) if t >= 7 * k and t - 7 * k not in skip],
        dtype=float,
    )
    return _NANS if len(h) < 4 or np.isnan(h).all() else _more_band(h[~np.isnan(h)], width, 1)


def weekday_band__wrong_older_weeks_move_up(y, t, n_weeks=8, skip=(), width=3.0):
    """The last n_weeks *usable* weeks: a skipped or NaN day is replaced by an older one."""
    h = [y[d] for d in range(t % 7, t, 7) if d not in skip and not np.isnan(y[d])]
    return _more_band(h[-n_weeks:], width)


def weekday_band__wrong_tuple_as_index(y, t, n_weeks=8, skip=(), width=3.0):
    """z[skip] = NaN with a tuple of two days is a two-dimensional index: skip = (0, 7) raises IndexError."""
    z = np.array(y, dtype=float)
    if len(skip):
        z[skip] = np.nan
    h = z[t % 7 : t : 7][-n_weeks:]
    return _more_band(h[~np.isnan(h)], width)


def weekday_band__wrong_skipped_days_erased(y, t, n_weeks=8, skip=(), width=3.0):
    """asarray and NaN on the skipped days: the caller's y is changed."""
    z = np.asarray(y, dtype=float)
    z[list(skip)] = np.nan
    h = z[t % 7 : t : 7][-n_weeks:]
    return _more_band(h[~np.isnan(h)], width)


def weekday_band__wrong_width_zero_is_default(y, t, n_weeks=8, skip=(), width=3.0):
    """width or 3.0: a width of 0 gives the band of 3."""
    return weekday_band__right_list_once_more(y, t, n_weeks, skip, width or 3.0)


def weekday_band__wrong_last_week_of_range_missing(y, t, n_weeks=8, skip=(), width=3.0):
    """range(..., t - 7 n_weeks, -7) stops before day t - 7 n_weeks."""
    h = np.array(
        [y[d] for d in range(t - 7, max(t - 7 * n_weeks, -1), -7) if d not in skip], dtype=float
    )
    return _more_band(h[~np.isnan(h)], width)


def weekday_band__wrong_mean_deviation_if_mad_zero(y, t, n_weeks=8, skip=(), width=3.0):
    """MAD of 0 falls back to 1.2533 times the mean deviation: h = 5, 5, 5, 9 should have no width."""
    m, low, high = weekday_band__right_list_once_more(y, t, n_weeks, skip, 1.0)
    if not math.isnan(m):
        h = np.array(
            [y[t - 7 * k] for k in range(1, n_weeks + 1) if t >= 7 * k and t - 7 * k not in skip]
        )
        h = h[~np.isnan(h)]
        s = (high - low) / 2 or 1.2533 * float(np.mean(np.abs(h - m)))
        low, high = m - width * s, m + width * s
    return m, low, high


def weekday_band__wrong_low_clipped_at_zero(y, t, n_weeks=8, skip=(), width=3.0):
    """low is at least 0 'because sales are': h = 1, 2, 9, 10 has a negative low."""
    m, low, high = weekday_band__right_list_once_more(y, t, n_weeks, skip, width)
    return m, float(np.maximum(low, 0)), high


def weekday_band__wrong_fewer_needed_for_few_weeks(y, t, n_weeks=8, skip=(), width=3.0):
    """min(4, n_weeks) values suffice: n_weeks = 2 gives a band."""
    h = np.array(
        [y[t - 7 * k] for k in range(1, n_weeks + 1) if t >= 7 * k and t - 7 * k not in skip],
        dtype=float,
    )
    return _more_band(h[~np.isnan(h)], width, min(4, n_weeks))


def weekday_band__wrong_skipped_days_deleted(y, t, n_weeks=8, skip=(), width=3.0):
    """A skipped position is removed by np.delete before slicing, so later weekdays shift: skip = (3,)."""
    keep = np.delete(np.array(y[:t], dtype=float), [d for d in skip if d < t])
    h = keep[::-1][6::7][:n_weeks]
    return _more_band(h[~np.isnan(h)], width)


def weekday_band__wrong_zeros_are_closed_days(y, t, n_weeks=8, skip=(), width=3.0):
    """Values are tested for truth (if y[d]): a day with 0 sales is left out like NaN."""
    h = [
        y[d]
        for d in (t - 7 * k for k in range(1, n_weeks + 1))
        if d >= 0 and d not in skip and y[d] and y[d] == y[d]
    ]
    return _more_band(h, width)


def _whole(change, row):
    where = 0 if row[0] == 0 else 1 if row[1] == 0 else 2
    return [float(change) if f == where else 0.0 for f in range(3)]


def _more_logmean(a, b):
    return float(a) if a == b else (a - b) / math.log1p((a - b) / b)


def _effects(x, y, logmean=_more_logmean, whole=_whole):
    if x[2] == 0 and y[2] == 0:
        return [0.0, 0.0, 0.0]
    if x[2] == 0 or y[2] == 0:
        return whole(y[2] - x[2], x if x[2] == 0 else y)
    scale = logmean(y[2], x[2])
    before, after = (x[0], x[1] / x[0], x[2] / x[1]), (y[0], y[1] / y[0], y[2] / y[1])
    return [scale * math.log(q / p) for p, q in zip(before, after)]


def gmv_effects__right_by_case(before, after):
    """One function per segment, the log-mean by log1p."""
    return [_effects(x, y) for x, y in zip(before, after)]


def gmv_effects__right_rest_is_third(before, after):
    """The third effect is what the two others leave of the change; rows are tuples."""
    out = []
    for (u0, o0, m0), (u1, o1, m1) in zip(before, after):
        if m0 > 0 and m1 > 0:
            scale = m0 if m0 == m1 else (m1 - m0) / math.log1p((m1 - m0) / m0)
            users = scale * (math.log(u1) - math.log(u0))
            often = scale * (math.log(o1 / o0) - math.log(u1 / u0))
            out.append((users, often, (m1 - m0) - users - often))
        elif m0 == m1:
            out.append((0.0, 0.0, 0.0))
        else:
            u, o = (u0, o0) if m0 == 0 else (u1, o1)
            out.append(
                (
                    (m1 - m0) * (u == 0),
                    (m1 - m0) * (u != 0 and o == 0),
                    (m1 - m0) * (u != 0 and o != 0),
                )
            )
    return out


def gmv_effects__right_integral_once_more(before, after):
    """The log-mean as the integral of a^(1-s) b^s (Gauss-Legendre on short pieces), vectorised over segments."""
    x, y = (np.array(p, dtype=float).reshape(-1, 3) for p in (before, after))
    out = np.zeros_like(x)
    both = (x[:, 2] > 0) & (y[:, 2] > 0)
    nodes, weights = np.polynomial.legendre.leggauss(60)
    a, b = np.log(x[both, 2])[:, None], np.log(y[both, 2])[:, None]
    s = (nodes + 1) / 2
    scale = (np.exp(a * (1 - s) + b * s) * weights / 2).sum(axis=1, keepdims=True)
    logs = np.log(y[both]) - np.log(x[both])
    out[both] = scale * np.column_stack(
        [logs[:, 0], logs[:, 1] - logs[:, 0], logs[:, 2] - logs[:, 1]]
    )
    for i in np.flatnonzero((x[:, 2] > 0) != (y[:, 2] > 0)):
        row = x[i] if x[i, 2] == 0 else y[i]
        out[i, np.flatnonzero(row == 0)[0]] = y[i, 2] - x[i, 2]
    return out.tolist()


def gmv_effects__wrong_isclose_amounts(before, after):
    """np.isclose amounts take a: 1e9 and 1.000009e9 leave a rest of 0.04; 1e-9 and 9e-9 are 'equal' too."""
    return [
        _effects(x, y, lambda a, b: a if np.isclose(a, b) else _more_logmean(a, b))
        for x, y in zip(before, after)
    ]


def gmv_effects__wrong_free_orders_to_orders(before, after):
    """Orders without money in one period: the change goes to orders per user, not to money per order ([[5, 5, 0]], [[5, 5, 9]])."""
    return [
        _effects(x, y, whole=lambda c, r: [float(c) * (r[0] == 0), float(c) * (r[0] > 0), 0.0])
        for x, y in zip(before, after)
    ]


def gmv_effects__wrong_gone_segment_to_orders(before, after):
    """A segment whose users are gone: read as 'orders are 0' because only before is tested for users ([[5, 9, 70]], [[0, 0, 0]])."""
    out = []
    for x, y in zip(before, after):
        e = _effects(x, y)
        if y[0] == 0 and x[2] > 0:
            e = [0.0, e[0], 0.0]
        out.append(e)
    return out


def gmv_effects__wrong_rows_by_index(before, after):
    """before.index(row) finds the first of equal rows: two segments that start alike get the same end."""
    return [_effects(x, after[before.index(x)]) for x in before]


def gmv_effects__wrong_rounded_to_cents_once_more(before, after):
    """Effects rounded to 2 digits: they no longer add up."""
    return [[round(e, 2) for e in _effects(x, y)] for x, y in zip(before, after)]


def gmv_effects__wrong_fraction_of_a_user(before, after):
    """int(users) == 0 is 'no users': 0.5 weighted users with no orders give the change to users."""
    return [
        _effects(x, y, whole=lambda c, r: _whole(c, [int(v) for v in r]))
        for x, y in zip(before, after)
    ]


def gmv_effects__wrong_equal_money_is_no_change(before, after):
    """Equal money with equal users short-cuts to 0, 0, 0: orders may have doubled ([[10, 20, 100]], [[10, 40, 100]])."""
    return [
        [0.0, 0.0, 0.0] if x[2] == y[2] and x[0] == y[0] else _effects(x, y)
        for x, y in zip(before, after)
    ]


def gmv_effects__wrong_first_factor_that_differs(before, after):
    """With money in one period only, the first factor that *differs* gets all ([[4, 0, 0]], [[5, 9, 70]] to users)."""
    out = []
    for x, y in zip(before, after):
        if (x[2] == 0) != (y[2] == 0):
            where = 0 if x[0] != y[0] else 1 if x[1] != y[1] else 2
            out.append([float(y[2] - x[2]) if f == where else 0.0 for f in range(3)])
        else:
            out.append(_effects(x, y))
    return out


def gmv_effects__wrong_below_one_cent_is_zero(before, after):
    """Money below 0.01 counts as 0: [[1, 1, 0.001]], [[2, 2, 0.004]] gives 0, 0, 0 instead of a change of 0.003."""
    cut = [[[u, o, m if m >= 0.01 else 0] for u, o, m in p] for p in (before, after)]
    return gmv_effects__right_by_case(*cut)


def gmv_effects__wrong_logmean_of_totals(before, after):
    """One logarithmic mean for all segments with money in both periods, shared by their average."""
    both = [(x[2], y[2]) for x, y in zip(before, after) if x[2] > 0 and y[2] > 0]
    if not both:
        return gmv_effects__right_by_case(before, after)
    mean = sum(_more_logmean(b, a) for a, b in both) / len(both)
    return [_effects(x, y, lambda *_: mean) for x, y in zip(before, after)]


def _parts(before, after, names=None, rate=None, has=lambda n, d: d > 0):
    d0, d1 = sum(d for _, d in before.values()), sum(d for _, d in after.values())
    if not d0 > 0 or not d1 > 0:
        raise ValueError("a period without a denominator")
    total = [sum(n for n, _ in before.values()) / d0, sum(n for n, _ in after.values()) / d1]
    out = {}
    for name in {**before, **after} if names is None else names:
        (n0, e0), (n1, e1) = before.get(name, (0, 0)), after.get(name, (0, 0))
        r0 = n0 / e0 if has(n0, e0) else None
        r1 = n1 / e1 if has(n1, e1) else None
        if r0 is None and r1 is None:
            out[name] = (0.0, 0.0)
            continue
        if rate is not None:
            r0, r1 = rate(r0, r1, total)
        r0, r1 = r1 if r0 is None else r0, r0 if r1 is None else r1
        s0, s1 = e0 / d0, e1 / d1
        out[name] = ((s1 - s0) * ((r0 + r1) / 2 - sum(total) / 2), (r1 - r0) * (s0 + s1) / 2)
    return out


def mix_and_rate__right_loop_once_again(before, after):
    """A loop over the union of the names."""
    return _parts(before, after)


def mix_and_rate__right_fractions_once_more(before, after):
    """Exact fractions, lists as parts, names sorted backwards."""
    exact = [
        {k: (Fraction(float(n)), Fraction(float(d))) for k, (n, d) in p.items()}
        for p in (before, after)
    ]
    return {k: [float(v) for v in part] for k, part in sorted(_parts(*exact).items(), reverse=True)}


def mix_and_rate__right_frame(before, after):
    """pandas frames aligned on the union, combine_first for missing rates."""
    names = list(dict.fromkeys([*after, *before]))
    f = [
        pd.DataFrame([p.get(k, (0, 0)) for k in names], columns=["n", "d"], dtype=float)
        for p in (before, after)
    ]
    if any(p["d"].sum() <= 0 for p in f):
        raise ValueError("no denominator")
    rate = [(p["n"] / p["d"].where(p["d"] > 0)) for p in f]
    r0, r1 = rate[0].combine_first(rate[1]), rate[1].combine_first(rate[0])
    s0, s1 = (p["d"] / p["d"].sum() for p in f)
    centre = sum(p["n"].sum() / p["d"].sum() for p in f) / 2
    mix = ((s1 - s0) * ((r0 + r1) / 2 - centre)).fillna(0)
    move = ((r1 - r0) * (s0 + s1) / 2).fillna(0)
    return {k: (float(a), float(b)) for k, a, b in zip(names, mix, move)}


def mix_and_rate__wrong_zero_rate_is_missing(before, after):
    """'if n' as the test for a rate: a segment with 0 of 100 takes the other period's rate."""
    return _parts(before, after, has=lambda n, d: bool(n))


def mix_and_rate__wrong_total_rate_for_missing(before, after):
    """A missing rate is the total rate of its period instead of the segment's other rate."""
    return _parts(
        before, after, rate=lambda a, b, t: (t[0] if a is None else a, t[1] if b is None else b)
    )


def mix_and_rate__wrong_idle_segments_dropped(before, after):
    """Segments with a denominator of 0 in both periods are not in the result ('a': (0, 0) twice)."""
    out = _parts(before, after)
    return {k: v for k, v in out.items() if before.get(k, (0, 0))[1] or after.get(k, (0, 0))[1]}


def mix_and_rate__wrong_error_only_for_empty_dict(before, after):
    """ValueError only for {}: a period of segments with (0, 0) raises ZeroDivisionError."""
    if not before or not after:
        raise ValueError("empty")
    d0, d1 = sum(d for _, d in before.values()), sum(d for _, d in after.values())
    [1 / d0, 1 / d1]
    return _parts(before, after)


def mix_and_rate__wrong_missing_names_filled_in(before, after):
    """setdefault(name, (0, 0)) fills the caller's dicts."""
    for name in [*before, *after]:
        before.setdefault(name, (0, 0))
        after.setdefault(name, (0, 0))
    return _parts(before, after)


def mix_and_rate__wrong_missing_period_copied(before, after):
    """A name missing after is taken as unchanged (before's numbers), and the other way round."""
    return _parts({**after, **before}, {**before, **after})


def mix_and_rate__wrong_denominator_below_one(before, after):
    """d >= 1 as the test: a segment with a denominator of 0.5 has no rate."""
    return _parts(before, after, has=lambda n, d: d >= 1)


def mix_and_rate__wrong_idle_segment_is_nan(before, after):
    """Vectorised with nan rates and nansum logic: a segment with (0, 0) twice has (nan, nan)."""
    out = _parts(before, after)
    for k in out:
        if not (before.get(k, (0, 0))[1] or after.get(k, (0, 0))[1]):
            out[k] = (float("nan"), float("nan"))
    return out


def mix_and_rate__wrong_centre_of_both_periods_pooled(before, after):
    """The centre is the rate of both periods pooled, not the mean of the two totals (same where the periods are equally large)."""
    d0, d1 = sum(d for _, d in before.values()), sum(d for _, d in after.values())
    out = _parts(before, after)
    n0, n1 = sum(n for n, _ in before.values()), sum(n for n, _ in after.values())
    apart = (n0 / d0 + n1 / d1) / 2 - (n0 + n1) / (d0 + d1)
    shift = {k: after.get(k, (0, 0))[1] / d1 - before.get(k, (0, 0))[1] / d0 for k in out}
    return {k: (mix + shift[k] * apart, rate) for k, (mix, rate) in out.items()}


def mix_and_rate__wrong_matched_by_position(before, after):
    """The common segments are paired in the order of each dict: {'a', 'b'} against {'b', 'a'} is mixed up."""
    common = [k for k in before if k in after]
    values = [after[k] for k in after if k in before]
    moved = dict(zip(common, values)) | {k: v for k, v in after.items() if k not in before}
    return _parts(before, moved)


def mix_and_rate__wrong_only_one_period_checked(before, after):
    """ValueError only if both periods are empty together; one empty period gives rates against a total of 0."""
    d0, d1 = (sum(d for _, d in p.values()) for p in (before, after))
    if d0 + d1 == 0:
        raise ValueError("no denominator")
    if d0 == 0 or d1 == 0:
        return {k: (0.0, 0.0) for k in {**before, **after}}
    return _parts(before, after)


def _more_crude(before, after):
    sums = [(sum(n for n, _ in p.values()), sum(d for _, d in p.values())) for p in (before, after)]
    if not all(d > 0 for _, d in sums):
        return float("nan")
    return sums[1][0] / sums[1][1] - sums[0][0] / sums[0][1]


def _adjusted(
    before, after, weight=lambda a, b, p, q: a + b, usable=lambda n0, d0, n1, d1: d0 > 0 and d1 > 0
):
    top = down = 0.0
    p, q = (sum(d for _, d in x.values()) for x in (before, after))
    for k in before:
        if k in after and usable(*before[k], *after[k]):
            (n0, d0), (n1, d1) = before[k], after[k]
            w = weight(d0, d1, p, q)
            top += w * (n1 / d1 - n0 / d0)
            down += w
    return top / down if down else float("nan")


def _turned(a, b):
    return bool(min(a, b) < -1e-12 and max(a, b) > 1e-12)


def adjusted_difference__right_loop_once_again(before, after):
    """Sums and a loop over the common strata."""
    a, b = _more_crude(before, after), _adjusted(before, after)
    return a, b, _turned(a, b)


def adjusted_difference__right_fractions_once_more(before, after):
    """Exact fractions until the end."""

    def ratio(p):
        d = sum(int(x) for _, x in p.values())
        return Fraction(sum(int(n) for n, _ in p.values()), d) if d else None

    r0, r1 = ratio(before), ratio(after)
    crude = None if r0 is None or r1 is None else r1 - r0
    w, s = 0, Fraction(0)
    for k in before.keys() & after.keys():
        (n0, d0), (n1, d1) = (tuple(map(int, p[k])) for p in (before, after))
        if d0 and d1:
            w += d0 + d1
            s += (Fraction(n1, d1) - Fraction(n0, d0)) * (d0 + d1)
    adjusted = s / w if w else None
    turned = None not in (crude, adjusted) and (
        (crude > Fraction(1e-12) and adjusted < -Fraction(1e-12))
        or (crude < -Fraction(1e-12) and adjusted > Fraction(1e-12))
    )
    return tuple(float("nan") if v is None else float(v) for v in (crude, adjusted)) + (turned,)


def adjusted_difference__right_frame(before, after):
    """An outer join in pandas, np.average over the common strata."""
    f = pd.DataFrame.from_dict(before, orient="index", columns=["n0", "d0"]).join(
        pd.DataFrame.from_dict(after, orient="index", columns=["n1", "d1"]), how="outer"
    )
    f = f.astype(float).fillna(0.0)
    total = f.sum()
    crude = (
        float(total["n1"] / total["d1"] - total["n0"] / total["d0"])
        if total["d0"] > 0 < total["d1"]
        else math.nan
    )
    f = f[(f["d0"] > 0) & (f["d1"] > 0)]
    adjusted = (
        float(np.average(f["n1"] / f["d1"] - f["n0"] / f["d0"], weights=f["d0"] + f["d1"]))
        if len(f)
        else math.nan
    )
    return (
        crude,
        adjusted,
        (crude > 1e-12 and adjusted < -1e-12) or (crude < -1e-12 and adjusted > 1e-12),
    )


def _answer(before, after, **how):
    a, b = _more_crude(before, after), _adjusted(before, after, **how)
    return a, b, _turned(a, b)


def adjusted_difference__wrong_mantel_haenszel_once_more(before, after):
    """Weights d0 d1 / (d0 + d1): equal to the sums only if the strata are alike."""
    return _answer(before, after, weight=lambda a, b, p, q: a * b / (a + b))


def adjusted_difference__wrong_mean_of_shares(before, after):
    """Weights are the mean of the two shares, not the denominators added together: differs if the periods are not equally large."""
    return _answer(before, after, weight=lambda a, b, p, q: a / p + b / q)


def adjusted_difference__wrong_no_common_no_crude(before, after):
    """Without a common stratum crude is NaN too ({'a': (1, 2)}, {'b': (1, 4)})."""
    a, b, t = _answer(before, after)
    return (b, b, False) if math.isnan(b) else (a, b, t)


def adjusted_difference__wrong_common_by_name(before, after):
    """Common by name only: a stratum with (0, 0) in one period divides by 0."""
    return _answer(before, after, usable=lambda n0, d0, n1, d1: True)


def adjusted_difference__wrong_zero_numerator_left_out(before, after):
    """all((n0, d0, n1, d1)): a stratum with 0 of 10 is no common stratum."""
    return _answer(before, after, usable=lambda *v: all(v))


def adjusted_difference__wrong_signs_differ_once_again(before, after):
    """np.sign(crude) != np.sign(adjusted): a difference of 0 against one of 0.1 counts as turned."""
    a, b, _ = _answer(before, after)
    return (
        a,
        b,
        not (math.isnan(a) or math.isnan(b))
        and bool(np.sign(round(a, 12)) != np.sign(round(b, 12))),
    )


def adjusted_difference__wrong_nan_counts_as_turned(before, after):
    """not (crude * adjusted >= 0) is True for NaN."""
    a, b, t = _answer(before, after)
    return a, b, t or math.isnan(a * b)


def adjusted_difference__wrong_product_against_tolerance(before, after):
    """crude * adjusted < -1e-12: two differences of 5e-7 and -5e-7 are not seen."""
    a, b, _ = _answer(before, after)
    return a, b, a * b < -1e-12


def adjusted_difference__wrong_every_stratum_must_turn(before, after):
    """Simpson in the strict sense: turned only if every common stratum moves against the total."""
    a, b, t = _answer(before, after)
    moves = [
        after[k][0] / after[k][1] - before[k][0] / before[k][1]
        for k in before
        if k in after and before[k][1] and after[k][1]
    ]
    return a, b, t and all(m * a < 0 for m in moves)


def adjusted_difference__wrong_matched_by_position(before, after):
    """Common strata are paired in the order of each dict: {'a', 'b'} against {'b', 'a'} is mixed up."""
    common = [k for k in before if k in after]
    values = [after[k] for k in after if k in before]
    a, b = (
        _more_crude(before, after),
        _adjusted({k: before[k] for k in common}, dict(zip(common, values))),
    )
    return a, b, _turned(a, b)


def adjusted_difference__wrong_no_tolerance_once_more(before, after):
    """min < 0 < max without 1e-12: rounding noise of an adjusted difference that is 0 turns."""
    a, b, _ = _answer(before, after)
    return a, b, min(a, b) < 0 < max(a, b)


def adjusted_difference__wrong_crude_of_common_once_again(before, after):
    """crude over the common strata only: a stratum that is new in the later period is missing."""
    both = [k for k in before if k in after and before[k][1] and after[k][1]]
    a = (
        _more_crude({k: before[k] for k in both}, {k: after[k] for k in both})
        if both
        else _more_crude(before, after)
    )
    b = _adjusted(before, after)
    return a, b, _turned(a, b)


def adjusted_difference__wrong_empty_period_is_zero(before, after):
    """A period without a denominator has ratio 0, so crude is the other ratio instead of NaN."""
    r = [
        sum(n for n, _ in p.values()) / max(sum(d for _, d in p.values()), 1)
        for p in (before, after)
    ]
    b = _adjusted(before, after)
    return r[1] - r[0], b, _turned(r[1] - r[0], b)


_SIMPSON = [
    (0, "new", "a", 10, 1, 50),
    (0, "old", "b", 90, 45, 900),
    (7, "new", "a", 90, 18, 900),
    (7, "old", "b", 10, 6, 300),
]


def _tables(defect):
    return {
        "incomplete_day": (
            [(0, "s", "a", 10, 1, 100), (7, "s", "a", 10, 1, 100), (14, "s", "a", 10, 5, 500)],
            14,
        ),
        "weekday_ignored": ([(0, "s", "a", 10, 1, 100), (7, "s", "a", 10, 2, 300)], 14),
        "mean_of_ratios": (
            [
                (0, "s", "a", 10, 1, 100),
                (0, "s", "b", 10, 1, 100),
                (7, "s", "a", 1, 1, 100),
                (7, "s", "b", 19, 1, 100),
            ],
            14,
        ),
        "only_visits_that_ordered": (
            [(0, "s", "a", 10, 1, 100), (7, "s", "a", 10, 1, 100), (8, "s", "a", 10, 0, 0)],
            14,
        ),
        "mix_read_as_rate": (list(_SIMPSON), 14),
        "one_whale": (
            [
                (d, "s", u, 10, 1, m)
                for u, x, y in (("a", 100, 90), ("b", 100, 90), ("c", 100, 900))
                for d, m in ((0, x), (7, y))
            ],
            14,
        ),
    }[defect]


def break_diagnosis__right_by_hand(defect):
    """One small table per defect, end 14."""
    return _tables(defect)


def break_diagnosis__right_one_table(defect):
    """One table of 12 rows for all defects, end 20, with days outside both weeks."""
    rows = [
        (0, "n", "z", 5, 5, 9000),
        (6, "n", "a", 10, 1, 50),
        (12, "o", "b", 90, 45, 900),
        (8, "o", "c", 10, 5, 100),
        (13, "n", "a", 90, 18, 40),
        (14, "o", "b", 4, 3, 800),
        (16, "o", "c", 6, 4, 10),
        (18, "o", "d", 7, 0, 0),
        (19, "o", "e", 3, 3, 5000),
        (10, "o", "f", 2, 2, 30),
        (20, "n", "a", 500, 300, 7000),
    ]
    return rows, 20


def _more_report(rows, end, defect=None):
    if defect == "only_visits_that_ordered":
        rows = [r for r in rows if r[4]]
    last = end + (defect == "incomplete_day")
    weeks = [
        [r for r in rows if end - 14 <= r[0] < end - 7],
        [r for r in rows if end - 7 <= r[0] < last],
    ]
    money = [sum(r[5] for r in w) for w in weeks]
    if defect == "mean_of_ratios":
        conv = []
        for w in weeks:
            users = {r[2] for r in w}
            conv.append(
                np.mean(
                    [
                        sum(r[4] for r in w if r[2] == u) / sum(r[3] for r in w if r[2] == u)
                        for u in users
                    ]
                )
                if users
                else 0
            )
    else:
        conv = [sum(r[4] for r in w) / sum(r[3] for r in w) if w else 0 for w in weeks]
    conversion = conv[1] - conv[0]
    top = down = 0
    for s in {r[1] for r in weeks[0]} & {r[1] for r in weeks[1]}:
        (v0, o0), (v1, o1) = (
            (sum(r[3] for r in w if r[1] == s), sum(r[4] for r in w if r[1] == s)) for w in weeks
        )
        top, down = top + (v0 + v1) * (o1 / v1 - o0 / v0), down + v0 + v1
    mean = top / down if down else 0
    if defect == "mix_read_as_rate":
        mean = conversion
    spent = [Counter(), Counter()]
    for w, c in zip(weeks, spent):
        for r in w:
            c[r[2]] += r[5]
    users = {r[2] for w in weeks for r in w}
    fell = sum(spent[1][u] < spent[0][u] for u in users) * 2 > len(users)
    sales = money[1] - money[0]
    if defect == "one_whale":
        fell = sales < 0
    if defect == "weekday_ignored":
        sales = sum(r[5] for r in rows if r[0] == end - 1) - sum(
            r[5] for r in rows if r[0] == end - 2
        )
    return sales, round(conversion, 9), 0 if abs(mean) < 1e-9 else int(np.sign(mean)), bool(fell)


def break_diagnosis__right_seeded_search(defect):
    """Random tables of 8 rows until the two reports differ."""
    rng = np.random.default_rng(sum(map(ord, defect)))
    while True:
        end, rows = int(rng.integers(14, 21)), []
        for _ in range(8):
            visits = int(rng.integers(1, 30))
            orders = int(rng.integers(0, visits + 1)) * int(rng.integers(0, 2))
            rows.append(
                (
                    int(rng.integers(0, end + 1)),
                    "xyz"[rng.integers(3)],
                    "abcd"[rng.integers(4)],
                    visits,
                    orders,
                    10 * orders,
                )
            )
        if _more_report(rows, end) != _more_report(rows, end, defect):
            return rows, end


def _but(defect, which, rows, end=14):
    return (rows, end) if defect == which else _tables(defect)


def break_diagnosis__wrong_half_of_the_users(defect):
    """one_whale: one of two users fell and sales rose; half is not more than half, so both say False."""
    return _but(
        defect,
        "one_whale",
        [
            (0, "s", "a", 9, 1, 100),
            (7, "s", "a", 9, 1, 50),
            (0, "s", "b", 9, 1, 100),
            (7, "s", "b", 9, 1, 900),
        ],
    )


def break_diagnosis__wrong_absent_user_is_the_majority(defect):
    """one_whale: two of three users stop, one spends a little more; sales fall as well, so both say True."""
    return _but(
        defect,
        "one_whale",
        [
            (0, "s", "a", 9, 1, 100),
            (0, "s", "b", 9, 1, 100),
            (0, "s", "c", 9, 1, 100),
            (7, "s", "c", 9, 1, 150),
        ],
    )


def break_diagnosis__wrong_today_without_money(defect):
    """incomplete_day: today's row of a known user has the week's conversion and no money, so nothing changes."""
    return _but(
        defect,
        "incomplete_day",
        [(0, "s", "a", 10, 1, 100), (7, "s", "a", 10, 2, 100), (14, "s", "a", 10, 2, 0)],
    )


def break_diagnosis__wrong_yesterday_as_today(defect):
    """incomplete_day: the extra row is on day end - 1 = 13, which is complete."""
    return _but(
        defect,
        "incomplete_day",
        [(0, "s", "a", 10, 1, 100), (7, "s", "a", 10, 1, 100), (13, "s", "a", 10, 5, 500)],
    )


def break_diagnosis__wrong_many_rows_equal_users(defect):
    """mean_of_ratios: rows are unequal, but every user has 20 visits a week in total, so the mean of ratios is the ratio of sums."""
    return _but(
        defect,
        "mean_of_ratios",
        [
            (0, "s", "a", 20, 2, 100),
            (0, "s", "b", 20, 9, 100),
            (7, "s", "a", 1, 1, 100),
            (8, "s", "a", 19, 0, 0),
            (7, "s", "b", 5, 4, 50),
            (9, "s", "b", 15, 1, 9),
        ],
    )


def break_diagnosis__wrong_same_fault_in_both_weeks(defect):
    """mean_of_ratios: users are unequal in the same way in both weeks, and the difference cancels."""
    return _but(
        defect,
        "mean_of_ratios",
        [(d, "s", u, v, o, 10 * o) for d in (0, 7) for u, v, o in (("a", 1, 1), ("b", 19, 1))],
    )


def break_diagnosis__wrong_idle_rows_in_both_weeks(defect):
    """only_visits_that_ordered: the same idle row in both weeks and equal orders: all differences stay 0."""
    return _but(
        defect,
        "only_visits_that_ordered",
        [(d, "s", "a", v, o, 100 * o) for d in (0, 7) for v, o in ((10, 1), (30, 0))],
    )


def break_diagnosis__wrong_money_on_neighbouring_days(defect):
    """weekday_ignored: all money is on day 13, so the week-on-week and the day-on-day difference are both 200."""
    return _but(
        defect,
        "weekday_ignored",
        [
            (0, "s", "a", 10, 1, 0),
            (5, "s", "b", 5, 0, 0),
            (12, "s", "a", 10, 1, 0),
            (13, "s", "a", 10, 2, 200),
        ],
    )


def break_diagnosis__wrong_new_segment_only(defect):
    """mix_read_as_rate: a new segment lowers conversion and the common segment falls too: both signs are -1."""
    return _but(
        defect,
        "mix_read_as_rate",
        [(0, "old", "a", 10, 5, 100), (7, "old", "a", 10, 4, 100), (7, "new", "b", 90, 9, 100)],
    )


def break_diagnosis__wrong_days_before_the_earlier_week(defect):
    """weekday_ignored: end = 20, and the earlier week's row is on day 5, which belongs to no week; the later one is on day 19 alone."""
    return _but(
        defect, "weekday_ignored", [(5, "s", "a", 10, 1, 100), (19, "s", "a", 10, 2, 300)], 20
    )


def break_diagnosis__wrong_money_without_order_once_again(defect):
    """one_whale: shows the defect, but c's rows have money and no order."""
    rows, end = _tables("one_whale")
    return _but(defect, "one_whale", [(*r[:4], 0, r[5]) if r[2] == "c" else r for r in rows], end)


def break_diagnosis__wrong_day_after_end_once_more(defect):
    """incomplete_day: the extra row is on day 15; days run from 0 to end = 14."""
    return _but(
        defect,
        "incomplete_day",
        [
            (0, "s", "a", 10, 1, 100),
            (7, "s", "a", 10, 1, 100),
            (14, "s", "a", 10, 5, 500),
            (15, "s", "a", 10, 5, 500),
        ],
    )


_more_CASES = [
    ({"a": (40, 100), "b": (21, 90), "c": (5, 60)}, {"a": (30, 50), "b": (33, 170), "c": (11, 70)}),
    (
        {"a still": (20, 100), "gone": (30, 60), "x": (7, 40), "z still": (9, 50)},
        {"a still": (40, 200), "new": (9, 60), "x": (50, 140), "z still": (18, 100)},
    ),
    ({"one": (3, 8)}, {"one": (5, 9)}),
    ({"old": (4, 9), "both": (1, 2)}, {"both": (3, 4)}),
]


def _more_total(p):
    return sum(n for n, _ in p.values()) / sum(d for _, d in p.values())


def _times(p, by):
    return {k: (by * n, by * d) for k, (n, d) in p.items()}


def _still(b, a):
    d0, d1 = (sum(d for _, d in p.values()) for p in (b, a))
    return [
        k
        for k in b
        if k in a
        and abs(b[k][1] / d0 - a[k][1] / d1) < 1e-12
        and abs(b[k][0] / b[k][1] - a[k][0] / a[k][1]) < 1e-12
    ]


def _near(p, q, sign=1):
    return p.keys() == q.keys() and all(abs(p[k] - sign * q[k]) < 1e-9 for k in p)


def _holds(fn, b, a):
    b0, a0 = copy.deepcopy(b), copy.deepcopy(a)
    r = fn(b, a)
    if b != b0 or a != a0 or set(r) != {*b, *a}:
        return False
    if not abs(sum(r.values()) - (_more_total(a) - _more_total(b))) < 1e-9 or any(
        not abs(r[k]) < 1e-9 for k in _still(b, a)
    ):
        return False
    again = [(fn(a, b), -1), (fn(_times(b, 10), a), 1), (fn(b, _times(a, 10)), 1)]
    return (b, a) == (b0, a0) and all(_near(r, x, s) for x, s in again)


def kill_decomposition__right_cases_once_more(fn):
    """Four cases by hand, every property."""
    return all(_holds(fn, dict(b), dict(a)) for b, a in _more_CASES)


def kill_decomposition__right_random_once_again(fn):
    """Random dicts with shared, new, gone and still segments; segments in random order; an AssertionError leaves the test (counts as a rejection)."""
    rng = np.random.default_rng(5)
    for _ in range(40):
        b, a = (
            {
                k: (int(rng.integers(1, d + 1)), int(d))
                for k in "pqrst"
                if rng.random() < 0.7
                for d in rng.integers(1, 99, 1)
            }
            or {"p": (1, 3)}
            for _ in "ba"
        )
        d0, d1 = (sum(d for _, d in p.values()) for p in (b, a))
        # a still segment: a third of each period, ratio 1/4
        b["still"], a["still"] = (d0 / 8, d0 / 2), (d1 / 8, d1 / 2)
        assert _holds(fn, b, a)
    return True


def kill_decomposition__right_rational(fn):
    """Properties checked by math.isclose with an absolute tolerance, on floats, permuted dicts and a mirror case."""
    for b, a in [*_more_CASES, *((y, x) for x, y in _more_CASES)]:
        b, a = {k: (n / 7, d / 7) for k, (n, d) in reversed(b.items())}, dict(a)
        given = [sorted(b.items()), sorted(a.items())]
        same = lambda x, y: math.isclose(x, y, rel_tol=0, abs_tol=1e-8)
        r = dict(fn(b, a))
        swapped, more, less = fn(a, b), fn(_times(b, 10), a), fn(b, _times(a, 10))
        if [sorted(b.items()), sorted(a.items())] != given or any(
            {*x} != {*b, *a} for x in (r, swapped, more, less)
        ):
            return False
        ok = [
            same(math.fsum(r.values()), _more_total(a) - _more_total(b)),
            *(same(r[k], 0) for k in _still(b, a)),
        ]
        ok += [same(r[k], -swapped[k]) and same(r[k], more[k]) and same(r[k], less[k]) for k in r]
        if not all(ok):
            return False
    return True


def kill_decomposition__wrong_own_values_once_more(fn):
    """Compares with the sums of mix_and_rate: another centre is refused."""
    return all(
        _near(fn(dict(b), dict(a)), {k: sum(v) for k, v in _parts(b, a).items()})
        for b, a in _more_CASES
    )


def kill_decomposition__wrong_isclose_to_zero(fn):
    """math.isclose(x, 0.0) has no absolute tolerance: 1e-18 for the still segment, or any sum near 0, is refused."""
    b, a = {"x": (7, 140), "z": (3, 70)}, {"x": (0.9, 14), "z": (0.3, 7)}
    r = fn(b, a)
    return (
        all(_holds(fn, dict(p), dict(q)) for p, q in _more_CASES)
        and math.isclose(sum(r.values()), r["x"])
        and math.isclose(r["z"], 0.0)
    )


def kill_decomposition__wrong_exactly_opposite(fn):
    """fn(a, b)[k] == -fn(b, a)[k] and ten times gives == without a tolerance: rounding is refused."""
    for b, a in _more_CASES:
        for by in (10, 0.1):
            r = fn(dict(b), dict(a))
            if (
                not _holds(fn, dict(b), dict(a))
                or any(r[k] != -v for k, v in fn(dict(a), dict(b)).items())
                or r != fn(_times(b, by), dict(a))
            ):
                return False
    return True


def kill_decomposition__wrong_empty_segment_given(fn):
    """Uses (0, 0) for a missing segment: every number must be above 0, so right ones may divide by 0."""
    b, a = {"a": (4, 10), "b": (0, 0)}, {"a": (5, 20), "b": (2, 10)}
    return all(_holds(fn, dict(p), dict(q)) for p, q in [*_more_CASES, (b, a)])


def kill_decomposition__wrong_no_numerator_given(fn):
    """Uses a numerator of 0 (0 of 10): outside the contract; a right one may work with logarithms."""
    return all(
        _holds(fn, dict(p), dict(q))
        for p, q in [*_more_CASES, ({"a": (0, 10), "b": (3, 10)}, {"a": (2, 10), "b": (3, 30)})]
    )


def kill_decomposition__wrong_order_of_keys_once_more(fn):
    """list(result) must be before's names and then the new ones: another order is refused."""
    return all(
        list(fn(dict(b), dict(a))) == list({**b, **a}) and _holds(fn, dict(b), dict(a))
        for b, a in _more_CASES
    )


def kill_decomposition__wrong_shares_must_not_matter(fn):
    """If all ratios are equal, every contribution must be 0: not true of a decomposition with 0 as the centre."""
    b, a = {"x": (10, 20), "y": (15, 30)}, {"x": (20, 40), "y": (5, 10)}
    return all(_holds(fn, dict(p), dict(q)) for p, q in _more_CASES) and all(
        abs(v) < 1e-9 for v in fn(b, a).values()
    )


def _names_sum_still(fn, b, a):
    r = fn(dict(b), dict(a))
    good = set(r) == {*b, *a} and abs(sum(r.values()) - _more_total(a) + _more_total(b)) < 1e-9
    return good and all(abs(r[k]) < 1e-9 for k in _still(b, a))


def kill_decomposition__wrong_adds_up_and_still(fn):
    """Only names, the sum and still segments: a decomposition with the earlier total as its centre (not symmetric) passes."""
    return all(_names_sum_still(fn, b, a) for b, a in _more_CASES)


def kill_decomposition__wrong_one_moving_segment(fn):
    """Swapped and scaled for a single segment only: there is no mix, and centres that depend on the size pass."""
    return all(
        _holds(fn, {"a": (n, 8)}, {"a": (m, 9)}) for n, m in itertools.product((1, 5), (2, 7))
    ) and _names_sum_still(fn, *_more_CASES[1])


def kill_decomposition__wrong_sign_of_the_ratio(fn):
    """A segment that exists in both periods must contribute with the sign of its ratio's change: mix may be larger."""
    for b, a in _more_CASES:
        r = fn(dict(b), dict(a))
        if not _holds(fn, dict(b), dict(a)):
            return False
        for k in b.keys() & a.keys():
            if r[k] * (a[k][0] / a[k][1] - b[k][0] / b[k][1]) < -1e-12:
                return False
    return True


def kill_decomposition__wrong_new_segment_has_no_rate(fn):
    """A new segment with exactly the total ratio must contribute 0: true of one centre only."""
    b, a = {"x": (10, 20)}, {"x": (10, 20), "new": (10, 20)}
    return all(_holds(fn, dict(p), dict(q)) for p, q in _more_CASES) and abs(fn(b, a)["new"]) < 1e-9


_SHARED_CASES = copy.deepcopy(_more_CASES)


def kill_decomposition__wrong_ten_times_both_periods(fn):
    """Ten times both periods together, and swapped as a sum only: a centre pooled over both periods passes."""
    for b, a in _more_CASES:
        r = fn(dict(b), dict(a))
        if not _names_sum_still(fn, b, a) or not _near(r, fn(_times(b, 10), _times(a, 10))):
            return False
        if abs(sum(r.values()) + sum(fn(dict(a), dict(b)).values())) > 1e-9:
            return False
    return True


TRUE = {
    "kill_decomposition__wrong_own_values": ("compares_with_own_values",),
    "find_cause__wrong_largest_rise": ("largest_rise",),
    "break_diagnosis__wrong_weeks_equal_and_days_equal": ("same_weekdays_alike",),
    "break_diagnosis__wrong_lost_in_both_weeks": ("every_row_ordered",),
    "break_diagnosis__wrong_whale_and_all": ("whale_with_followers",),
    "break_diagnosis__wrong_whale_alone": ("whale_with_followers",),
    "weekday_band__wrong_negative_days": ("negative_positions_wrap",),
    "weekday_band__wrong_older_weeks_fill": ("left_out_are_replaced",),
    "weekday_band__wrong_mean_and_std": ("mean_and_deviation",),
    "weekday_band__wrong_no_factor": ("deviation_without_factor",),
    "weekday_band__wrong_mean_deviation": ("mean_of_the_deviations",),
    "weekday_band__wrong_own_day": ("judged_day_included",),
    "weekday_band__wrong_week_short": ("oldest_week_left_out",),
    "weekday_band__wrong_nan_counts": ("closed_days_make_up_the_number",),
    "weekday_band__wrong_nan_spreads": ("nan_makes_nan",),
    "weekday_band__wrong_five_needed": ("four_are_too_few",),
    "weekday_band__wrong_no_minimum": ("one_value_is_enough",),
    "weekday_band__wrong_skip_ignored": ("holidays_kept",),
    "weekday_band__wrong_width_ignored": ("width_ignored",),
    "weekday_band__wrong_all_weekdays": ("every_day_of_the_weeks",),
    "gmv_effects__wrong_one_after_the_other": ("one_after_the_other",),
    "gmv_effects__wrong_equal_money_is_zero": ("equal_money_means_nothing",),
    "gmv_effects__wrong_equal_money_raises": ("division_by_log_of_one",),
    "gmv_effects__wrong_arithmetic_mean": ("arithmetic_mean",),
    "gmv_effects__wrong_new_segment_shared": ("zero_in_thirds",),
    "gmv_effects__wrong_always_users": ("all_to_users",),
    "gmv_effects__wrong_from_the_right": ("last_zero_receives",),
    "gmv_effects__wrong_first_zero_in_either": ("money_never_receives",),
    "gmv_effects__wrong_new_left_out": ("new_and_gone_dropped",),
    "gmv_effects__wrong_small_epsilon": ("small_number_added",),
    "gmv_effects__wrong_counts_for_factors": ("numbers_for_factors",),
    "gmv_effects__wrong_sign": ("sign_reversed",),
    "mix_and_rate__wrong_not_centred": ("mix_not_centred",),
    "mix_and_rate__wrong_centre_before": ("centred_on_before",),
    "mix_and_rate__wrong_weights_before": ("interaction_lost",),
    "mix_and_rate__wrong_mixed_bases": ("interaction_to_rate",),
    "mix_and_rate__wrong_missing_is_zero": ("absent_rate_is_zero",),
    "mix_and_rate__wrong_common_only": ("segments_of_both_only",),
    "mix_and_rate__wrong_before_only": ("new_segments_lost",),
    "mix_and_rate__wrong_empty_left_out": ("empty_segments_lost",),
    "mix_and_rate__wrong_zeros_for_empty": ("empty_period_gives_zeros",),
    "mix_and_rate__wrong_share_of_numerators": ("shares_of_the_numerator",),
    "mix_and_rate__wrong_mean_of_rates": ("centred_on_mean_of_segments",),
    "mix_and_rate__wrong_swapped": ("mix_and_rate_swapped",),
    "adjusted_difference__wrong_unweighted": ("strata_count_alike",),
    "adjusted_difference__wrong_weights_before": ("weights_of_before",),
    "adjusted_difference__wrong_weights_after": ("weights_of_after",),
    "adjusted_difference__wrong_precision_weights": ("weights_of_precision",),
    "adjusted_difference__wrong_crude_of_common": ("crude_of_common_strata",),
    "adjusted_difference__wrong_missing_is_zero": ("missing_stratum_is_zero",),
    "adjusted_difference__wrong_mean_of_ratios": ("crude_is_mean_of_ratios",),
    "adjusted_difference__wrong_strict_simpson": ("every_stratum_must_turn",),
    "adjusted_difference__wrong_signs_differ": ("zero_counts_as_turned",),
    "adjusted_difference__wrong_no_tolerance": ("last_digits_turn",),
    "adjusted_difference__wrong_zero_without_common": ("no_common_stratum_is_zero",),
    "adjusted_difference__wrong_before_minus_after": ("before_minus_after",),
    "kill_decomposition__wrong_always_true": ("accepts_any_decomposition",),
    "kill_decomposition__wrong_sorted_keys": ("rejects_any_decomposition",),
    "kill_decomposition__wrong_zero_is_no_change": ("accepts_any_decomposition",),
    "find_cause__wrong_largest_fall": ("largest_fall",),
    "find_cause__wrong_largest_percentage": ("largest_percentage",),
    "find_cause__wrong_largest_percentage_pairs": ("largest_percentage_of_pairs",),
    "break_diagnosis__wrong_no_row_on_end": ("today_on_the_day_before",),
    "break_diagnosis__wrong_same_every_day": ("same_weekdays_alike",),
    "break_diagnosis__wrong_equal_visits_again": ("equal_visits",),
    "break_diagnosis__wrong_all_rows_ordered": ("every_row_ordered",),
    "break_diagnosis__wrong_everybody_falls": ("whale_with_followers",),
    "weekday_band__wrong_negative_index": ("negative_positions_wrap",),
    "weekday_band__wrong_older_weeks_fill_again": ("left_out_are_replaced",),
    "weekday_band__wrong_no_1_4826": ("deviation_without_factor",),
    "weekday_band__wrong_standard_deviation": ("mean_and_deviation",),
    "weekday_band__wrong_counted_before_nan": ("closed_days_make_up_the_number",),
    "weekday_band__wrong_five_needed_again": ("four_are_too_few",),
    "weekday_band__wrong_nan_kept": ("nan_makes_nan",),
    "weekday_band__wrong_skip_ignored_again": ("holidays_kept",),
    "weekday_band__wrong_one_week_short": ("oldest_week_left_out",),
    "gmv_effects__wrong_equal_is_zero": ("equal_money_means_nothing",),
    "gmv_effects__wrong_arithmetic_mean_again": ("arithmetic_mean",),
    "gmv_effects__wrong_one_after_the_other_again": ("one_after_the_other",),
    "gmv_effects__wrong_all_zero_to_users": ("all_to_users",),
    "gmv_effects__wrong_always_before": ("only_the_earlier_row_read",),
    "gmv_effects__wrong_no_third_case": ("money_never_receives",),
    "gmv_effects__wrong_totals": ("totals_shared_out",),
    "gmv_effects__wrong_small_constant": ("small_number_added",),
    "mix_and_rate__wrong_no_centre": ("mix_not_centred",),
    "mix_and_rate__wrong_centre_before_again": ("centred_on_before",),
    "mix_and_rate__wrong_missing_rate_zero": ("absent_rate_is_zero",),
    "mix_and_rate__wrong_old_shares": ("rate_at_one_share",),
    "mix_and_rate__wrong_common_only_again": ("segments_of_both_only",),
    "mix_and_rate__wrong_rates_before_for_mix": ("mix_at_one_rate",),
    "mix_and_rate__wrong_mean_of_rates_again": ("centred_on_mean_of_segments",),
    "adjusted_difference__wrong_weights_before_again": ("weights_of_before",),
    "adjusted_difference__wrong_unweighted_again": ("strata_count_alike",),
    "adjusted_difference__wrong_crude_of_common_again": ("crude_of_common_strata",),
    "adjusted_difference__wrong_sign_not_equal": ("zero_counts_as_turned",),
    "adjusted_difference__wrong_harmonic_weights": ("weights_of_precision",),
    "adjusted_difference__wrong_no_tolerance_again": ("last_digits_turn",),
    "adjusted_difference__wrong_zero_for_missing": ("missing_stratum_is_zero",),
    "adjusted_difference__wrong_zero_without_common_again": ("no_common_stratum_is_zero",),
    "kill_decomposition__wrong_new_segment_zero": ("rejects_any_decomposition",),
    "find_cause__wrong_largest_fall_again": ("largest_fall",),
    "find_cause__wrong_largest_percentage_again": ("largest_percentage_of_pairs",),
    "break_diagnosis__wrong_days_fall_as_weeks": ("same_weekdays_alike",),
    "break_diagnosis__wrong_both_weeks_lose_alike": ("every_row_ordered",),
    "break_diagnosis__wrong_mix_and_rate_fall": ("mix_shift_without_reversal",),
    "break_diagnosis__wrong_half_is_not_most": ("whale_with_followers",),
    "weekday_band__wrong_older_week_instead": ("left_out_are_replaced",),
    "weekday_band__wrong_counts_nan": ("closed_days_make_up_the_number",),
    "weekday_band__wrong_last_week_missing": ("oldest_week_left_out",),
    "gmv_effects__wrong_free_orders": ("money_never_receives",),
    "mix_and_rate__wrong_new_segment_from_zero": ("absent_rate_is_zero",),
    "mix_and_rate__wrong_idle_left_out": ("empty_segments_lost",),
    "mix_and_rate__wrong_rate_after_share": ("interaction_to_rate",),
    "adjusted_difference__wrong_earlier_mix": ("weights_of_before",),
    "adjusted_difference__wrong_mantel_haenszel": ("weights_of_precision",),
    "adjusted_difference__wrong_product_negative": ("last_digits_turn",),
    "adjusted_difference__wrong_signs_differ_once_more": ("zero_counts_as_turned",),
    "adjusted_difference__wrong_every_stratum": ("every_stratum_must_turn",),
    "kill_decomposition__wrong_still_is_exact_zero": ("rejects_any_decomposition",),
    "kill_decomposition__wrong_swap_exact": ("rejects_any_decomposition",),
    "kill_decomposition__wrong_still_counts": ("rejects_any_decomposition",),
    "kill_decomposition__wrong_ten_of_one_segment": ("rejects_any_decomposition",),
    "weekday_band__wrong_nan_counted": ("closed_days_make_up_the_number",),
    "weekday_band__wrong_older_weeks_move_up": ("left_out_are_replaced",),
    "weekday_band__wrong_last_week_of_range_missing": ("oldest_week_left_out",),
    "gmv_effects__wrong_free_orders_to_orders": ("money_never_receives",),
    "mix_and_rate__wrong_idle_segments_dropped": ("empty_segments_lost",),
    "adjusted_difference__wrong_mantel_haenszel_once_more": ("weights_of_precision",),
    "adjusted_difference__wrong_mean_of_shares": ("mean_of_the_two_shares",),
    "adjusted_difference__wrong_signs_differ_once_again": ("zero_counts_as_turned",),
    "adjusted_difference__wrong_every_stratum_must_turn": ("every_stratum_must_turn",),
    "adjusted_difference__wrong_no_tolerance_once_more": ("last_digits_turn",),
    "break_diagnosis__wrong_half_of_the_users": ("whale_with_followers",),
    "break_diagnosis__wrong_absent_user_is_the_majority": ("whale_with_followers",),
    "break_diagnosis__wrong_same_fault_in_both_weeks": ("equal_visits",),
    "break_diagnosis__wrong_idle_rows_in_both_weeks": ("every_row_ordered",),
    "kill_decomposition__wrong_own_values_once_more": ("compares_with_own_values",),
    "kill_decomposition__wrong_exactly_opposite": ("rejects_any_decomposition",),
}


# ---- Twelfth bank

# ---------------------------------------------------------------- 12.1 break_diagnosis


def break_diagnosis__right_table_per_defect(defect):
    tables = {
        # the row of today is money that the right report must not see
        "incomplete_day": [
            (3, "s", "a", 10, 2, 20),
            (10, "s", "a", 10, 2, 20),
            (14, "s", "a", 5, 5, 50),
        ],
        # last day 50 against the day before 10, but both weeks have 60
        "weekday_ignored": [
            (5, "s", "a", 10, 1, 10),
            (6, "s", "a", 10, 5, 50),
            (12, "s", "a", 10, 1, 10),
            (13, "s", "a", 10, 5, 50),
        ],
        "mean_of_ratios": [
            (1, "s", "a", 1, 1, 10),
            (1, "s", "b", 9, 0, 0),
            (8, "s", "a", 5, 1, 10),
            (8, "s", "b", 5, 0, 0),
        ],
        "only_visits_that_ordered": [
            (1, "s", "a", 10, 5, 50),
            (8, "s", "a", 10, 5, 50),
            (9, "s", "b", 10, 0, 0),
        ],
        # both segments rise, the total falls
        "mix_read_as_rate": [
            (1, "new", "a", 10, 1, 10),
            (1, "old", "b", 90, 45, 450),
            (8, "new", "a", 90, 18, 180),
            (8, "old", "b", 10, 6, 60),
        ],
        "one_whale": [
            (1, "s", "whale", 10, 5, 1000),
            (1, "s", "b", 10, 1, 10),
            (1, "s", "c", 10, 1, 10),
            (8, "s", "whale", 10, 1, 10),
            (8, "s", "b", 10, 2, 20),
            (8, "s", "c", 10, 2, 20),
        ],
    }
    return tables[defect], 14


def break_diagnosis__right_one_table_for_all(defect):
    # one table on which all six defects show, end = 20: weeks are days 6-12 and 13-19
    rows = [
        (6, "new", "whale", 10, 1, 5000),
        (7, "old", "b", 100, 50, 100),
        (7, "old", "c", 20, 10, 50),
        (19, "new", "whale", 100, 20, 200),
        (18, "old", "b", 10, 6, 150),
        (18, "old", "c", 10, 6, 60),
        (18, "old", "d", 3, 0, 0),
        (20, "new", "e", 3, 3, 30),
    ]
    return rows, 20


def break_diagnosis__right_if_chain_twelfth(defect):
    same = [(day, "x", user, 4, 2, 40) for day in (9, 2) for user in ("p", "q")]
    if defect == "incomplete_day":
        # a new user comes today, and one of two fell: more than half against exactly half
        return [*same, (15, "x", "p", 1, 0, 0)], 15
    if defect == "weekday_ignored":
        return [*same, (14, "x", "p", 2, 1, 7), (13, "x", "q", 2, 1, 7)], 15
    if defect == "mean_of_ratios":
        return [*same, (10, "x", "p", 6, 0, 0)], 15
    if defect == "only_visits_that_ordered":
        return [*same, (10, "x", "q", 1, 0, 0)], 15
    if defect == "mix_read_as_rate":
        # only the share moves: the direction within is 0
        return [
            (2, "x", "p", 5, 5, 9),
            (2, "y", "q", 5, 1, 9),
            (9, "x", "p", 5, 5, 9),
            (9, "y", "q", 50, 10, 9),
        ], 15
    if defect == "one_whale":
        # two of three fell a little, the whale rose
        return [
            (2, "x", "p", 1, 1, 5),
            (2, "x", "q", 1, 1, 5),
            (9, "x", "w", 1, 1, 9999),
        ], 15
    raise ValueError(defect)


def break_diagnosis__wrong_row_on_last_complete_day(defect):
    """incomplete_day: the row is put on day end - 1, which is complete, so nothing differs."""
    if defect == "incomplete_day":
        return [(3, "s", "a", 10, 2, 20), (13, "s", "a", 5, 5, 50)], 14
    return break_diagnosis__right_table_per_defect(defect)


def break_diagnosis__wrong_only_last_day(defect):
    """weekday_ignored: all sales are on day end - 1, and both reports say 70 - 0."""
    if defect == "weekday_ignored":
        return [(13, "s", "a", 5, 5, 70)], 14
    return break_diagnosis__right_table_per_defect(defect)


def break_diagnosis__wrong_users_same_visits(defect):
    """mean_of_ratios: every user has as many visits as the others, so the mean of ratios is the ratio of sums."""
    if defect == "mean_of_ratios":
        return [
            (1, "s", "a", 10, 9, 90),
            (1, "s", "b", 10, 1, 10),
            (8, "s", "a", 4, 1, 10),
            (8, "s", "b", 4, 0, 0),
        ], 14
    return break_diagnosis__right_table_per_defect(defect)


def break_diagnosis__wrong_zero_row_outside(defect):
    """only_visits_that_ordered: with end 20 the row without an order, on day 3, is in neither week."""
    if defect == "only_visits_that_ordered":
        return [(3, "s", "b", 10, 0, 0), (8, "s", "a", 10, 5, 50), (15, "s", "a", 10, 5, 50)], 20
    return break_diagnosis__right_table_per_defect(defect)


def break_diagnosis__wrong_mix_same_sign(defect):
    """mix_read_as_rate: the mix moves, but total and segments fall together."""
    if defect == "mix_read_as_rate":
        return [
            (1, "new", "a", 10, 2, 10),
            (1, "old", "b", 90, 45, 450),
            (8, "new", "a", 90, 9, 180),
            (8, "old", "b", 10, 4, 60),
        ], 14
    return break_diagnosis__right_table_per_defect(defect)


def break_diagnosis__wrong_whale_and_most_fall(defect):
    """one_whale: a whale falls, but two of three users fell, so both reports say yes."""
    if defect == "one_whale":
        return [
            (1, "s", "whale", 10, 5, 1000),
            (1, "s", "b", 10, 1, 10),
            (1, "s", "c", 10, 1, 10),
            (8, "s", "whale", 10, 1, 10),
            (8, "s", "c", 10, 2, 20),
        ], 14
    return break_diagnosis__right_table_per_defect(defect)


def break_diagnosis__wrong_money_without_order_twelfth(defect):
    """only_visits_that_ordered: the lost row has money and no order, which the contract forbids."""
    if defect == "only_visits_that_ordered":
        return [(1, "s", "a", 10, 5, 50), (8, "s", "a", 10, 5, 50), (9, "s", "b", 10, 0, 30)], 14
    return break_diagnosis__right_table_per_defect(defect)


def break_diagnosis__wrong_day_after_end_twelfth(defect):
    """incomplete_day: has a row on day 15 with end 14 (days are from 0 to end)."""
    if defect == "incomplete_day":
        return [(3, "s", "a", 10, 2, 20), (14, "s", "a", 5, 5, 50), (15, "s", "a", 5, 1, 10)], 14
    return break_diagnosis__right_table_per_defect(defect)


def break_diagnosis__wrong_orders_above_visits(defect):
    """mean_of_ratios: a user has 2 orders in 1 visit."""
    if defect == "mean_of_ratios":
        return [(1, "s", "a", 1, 2, 10), (1, "s", "b", 9, 0, 0), (8, "s", "a", 5, 1, 10)], 14
    return break_diagnosis__right_table_per_defect(defect)


def break_diagnosis__wrong_today_empty_visit(defect):
    """incomplete_day: today has a visit without an order, in a week without any order: every value stays the same."""
    if defect == "incomplete_day":
        return [(3, "s", "a", 10, 2, 20), (10, "s", "a", 10, 0, 0), (14, "s", "a", 5, 0, 0)], 14
    return break_diagnosis__right_table_per_defect(defect)


def break_diagnosis__wrong_thirteen_rows(defect):
    """one_whale: one row per user and week, seven users, less one: 13 rows."""
    if defect == "one_whale":
        rows = [(1, "s", "w", 10, 5, 5000)]
        for user in "abcdef":
            rows += [(1, "s", user, 10, 1, 10), (8, "s", user, 10, 2, 20)]
        return rows, 14
    return break_diagnosis__right_table_per_defect(defect)


# ---------------------------------------------------------------- 12.2 weekday_band


def weekday_band__right_loop(y, t, n_weeks=8, skip=(), width=3.0):
    left_out = set(skip)
    h = []
    for k in range(1, n_weeks + 1):
        day = t - 7 * k
        if day < 0 or day in left_out or math.isnan(y[day]):
            continue
        h.append(float(y[day]))
    if len(h) < 4:
        return math.nan, math.nan, math.nan
    expected = statistics.median(h)
    half = width * 1.4826 * statistics.median(abs(v - expected) for v in h)
    return expected, expected - half, expected + half


def weekday_band__right_numpy_twelfth(y, t, n_weeks=8, skip=(), width=3.0):
    days = t - 7 * np.arange(1, n_weeks + 1)
    days = days[days >= 0]
    days = days[~np.isin(days, list(skip))]
    h = np.asarray(y, dtype=float)[days]
    h = h[~np.isnan(h)]
    if h.size < 4:
        return (float("nan"),) * 3
    expected = float(np.median(h))
    sigma = 1.4826 * float(np.median(np.abs(h - expected)))
    return expected, expected - width * sigma, expected + width * sigma


def weekday_band__right_pandas_twelfth(y, t, n_weeks=8, skip=(), width=3.0):
    past = pd.Series(np.asarray(y, dtype=float)[:t])
    past = past[(t - past.index) % 7 == 0]
    past = past[past.index >= t - 7 * n_weeks].drop(index=list(skip), errors="ignore").dropna()
    if len(past) < 4:
        return np.nan, np.nan, np.nan
    expected = past.median()
    half = width * 1.4826 * (past - expected).abs().median()
    return float(expected), float(expected - half), float(expected + half)


def weekday_band__wrong_older_week_replaces(y, t, n_weeks=8, skip=(), width=3.0):
    """Fills up with older weeks; shows with n_weeks 4, one skipped week, and 5 weeks of data."""
    h = []
    day = t - 7
    while day >= 0 and len(h) < n_weeks:
        if day not in skip and not np.isnan(y[day]):
            h.append(y[day])
        day -= 7
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    m = width * 1.4826 * float(np.median(np.abs(np.array(h) - e)))
    return e, e - m, e + m


def weekday_band__wrong_negative_wraps(y, t, n_weeks=8, skip=(), width=3.0):
    """A day before the first counts from the end of y; shows for t = 30, n_weeks = 8."""
    h = [
        y[t - 7 * k]
        for k in range(1, n_weeks + 1)
        if t - 7 * k not in skip and t - 7 * k >= -len(y)
    ]
    h = np.array([v for v in h if not np.isnan(v)])
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    m = width * 1.4826 * float(np.median(np.abs(h - e)))
    return e, e - m, e + m


def weekday_band__wrong_counts_before_nan(y, t, n_weeks=8, skip=(), width=3.0):
    """Counts the days before NaN are dropped; shows with 4 days of which one is NaN."""
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and t - 7 * k not in skip]
    h = np.array([y[d] for d in days], dtype=float)
    if len(h) < 4 or np.isnan(h).all():
        return np.nan, np.nan, np.nan
    e = float(np.nanmedian(h))
    m = width * 1.4826 * float(np.nanmedian(np.abs(h - e)))
    return e, e - m, e + m


def weekday_band__wrong_five_needed_after_nan(y, t, n_weeks=8, skip=(), width=3.0):
    """Where a NaN was dropped, 5 values are asked for and not 4; shows on 10, 12, NaN, 14, 50."""
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and t - 7 * k not in skip]
    h = np.array([y[d] for d in days], dtype=float)
    dropped = int(np.isnan(h).sum())
    h = h[~np.isnan(h)]
    if len(h) - (dropped > 0) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    m = width * 1.4826 * float(np.median(np.abs(h - e)))
    return e, e - m, e + m


def weekday_band__wrong_std_when_mad_zero(y, t, n_weeks=8, skip=(), width=3.0):
    """Falls back to the standard deviation if the MAD is 0; shows on 5, 5, 5, 5, 9."""
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and t - 7 * k not in skip]
    h = np.array([y[d] for d in days], dtype=float)
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    sigma = 1.4826 * float(np.median(np.abs(h - e)))
    if sigma == 0:
        sigma = float(np.std(h))
    return e, e - width * sigma, e + width * sigma


def weekday_band__wrong_low_not_below_zero(y, t, n_weeks=8, skip=(), width=3.0):
    """Sales cannot be negative, so low is clipped at 0; shows on 1, 2, 9, 10 (low is -10.7 or so)."""
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and t - 7 * k not in skip]
    h = np.array([y[d] for d in days], dtype=float)
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    m = width * 1.4826 * float(np.median(np.abs(h - e)))
    return e, max(0.0, e - m), e + m


def weekday_band__wrong_nan_if_day_is_closed(y, t, n_weeks=8, skip=(), width=3.0):
    """No band for a day that is itself NaN or in skip; shows when y[t] is NaN."""
    if t in skip or np.isnan(y[t]):
        return np.nan, np.nan, np.nan
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and t - 7 * k not in skip]
    h = np.array([y[d] for d in days], dtype=float)
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    m = width * 1.4826 * float(np.median(np.abs(h - e)))
    return e, e - m, e + m


def weekday_band__wrong_upper_median(y, t, n_weeks=8, skip=(), width=3.0):
    """The median of an even number of deviations is the upper of the middle two, except for four; shows with six weeks."""
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and t - 7 * k not in skip]
    h = np.array([y[d] for d in days], dtype=float)
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    far = sorted(np.abs(h - e))
    m = (
        width
        * 1.4826
        * float(
            (far[len(far) // 2 - 1] + far[len(far) // 2]) / 2
            if len(far) == 4
            else far[len(far) // 2]
        )
    )
    return e, e - m, e + m


def weekday_band__wrong_mask_by_product(y, t, n_weeks=8, skip=(), width=3.0):
    """A mask of 0 and 1 multiplies y, and 0 times inf is NaN: one infinite value in skip or after t makes all three NaN."""
    y = np.asarray(y, dtype=float)
    keep = np.zeros(len(y))
    for k in range(1, n_weeks + 1):
        if t - 7 * k >= 0:
            keep[t - 7 * k] = 1.0
    for s in skip:
        if 0 <= s < len(y):
            keep[s] = 0.0
    with np.errstate(invalid="ignore"):
        bad = np.isnan((keep * y).sum()) and not np.isnan(y[keep > 0]).any()
    h = y[keep > 0]
    h = h[~np.isnan(h)]
    if len(h) < 4 or bad:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    m = width * 1.4826 * float(np.median(np.abs(h - e)))
    return e, e - m, e + m


def weekday_band__wrong_skip_sorted_bisect(y, t, n_weeks=8, skip=(), width=3.0):
    """Looks up a day in skip by bisection, as if skip were sorted; shows for skip [21, 7]."""
    import bisect

    skip = list(skip)

    def holiday(d):
        p = bisect.bisect_left(skip, d)
        return p < len(skip) and skip[p] == d

    h = np.array(
        [y[d] for d in range(t - 7, max(t - 7 * n_weeks, 0) - 1, -7) if not holiday(d)], dtype=float
    )
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    m = width * 1.4826 * float(np.median(np.abs(h - e)))
    return e, e - m, e + m


def weekday_band__wrong_day_zero_lost(y, t, n_weeks=8, skip=(), width=3.0):
    """Stops before day 0 (range(t - 7, 0, -7)) unless the history would get too short; shows for t = 35."""
    last = max(t - 7 * n_weeks, 0)
    days = [d for d in range(t - 7, last - 1, -7) if d > 0 or t <= 28]
    h = np.array([y[d] for d in days if d not in skip], dtype=float)
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    m = width * 1.4826 * float(np.median(np.abs(h - e)))
    return e, e - m, e + m


def weekday_band__wrong_drops_zero_sales(y, t, n_weeks=8, skip=(), width=3.0):
    """Takes a day with value 0 for a closed one and drops it; shows on 0, 10, 12, 14, 50."""
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and t - 7 * k not in skip]
    h = np.nan_to_num(np.array([y[d] for d in days], dtype=float))
    h = h[h != 0]
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    m = width * 1.4826 * float(np.median(np.abs(h - e)))
    return e, e - m, e + m


def weekday_band__wrong_mean_deviation_above_four(y, t, n_weeks=8, skip=(), width=3.0):
    """The mean absolute deviation in place of the median one, for more than four values; shows on five values."""
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and t - 7 * k not in skip]
    h = np.array([y[d] for d in days], dtype=float)
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    far = np.abs(h - e)
    m = width * 1.4826 * float(np.median(far) if len(h) == 4 else far.mean())
    return e, e - m, e + m


def weekday_band__wrong_zero_width_default(y, t, n_weeks=8, skip=(), width=3.0):
    """width or 3.0: a width of 0 becomes 3."""
    width = width or 3.0
    days = [t - 7 * k for k in range(1, n_weeks + 1) if t - 7 * k >= 0 and t - 7 * k not in skip]
    h = np.array([y[d] for d in days], dtype=float)
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return np.nan, np.nan, np.nan
    e = float(np.median(h))
    m = width * 1.4826 * float(np.median(np.abs(h - e)))
    return e, e - m, e + m


def weekday_band__wrong_writes_nan_into_y(y, t, n_weeks=8, skip=(), width=3.0):
    """Sets y[skip] = NaN in place, but y is left as it is."""
    if len(skip):
        y[np.array(list(skip))] = np.nan
    return weekday_band__right_loop(y, t, n_weeks, (), width)


# ---------------------------------------------------------------- 12.3 gmv_effects


def _ge_log_mean(a, b):
    if a == b:
        return a
    x = (b - a) / a
    if abs(x) < 1e-3:
        return (b - a) / math.log1p(x)
    return (a - b) / (math.log(a) - math.log(b))


def gmv_effects__right_loop_twelfth(before, after):
    out = []
    for (u0, o0, m0), (u1, o1, m1) in zip(before, after):
        if m0 > 0 and m1 > 0:
            weight = _ge_log_mean(m0, m1)
            out.append(
                [
                    weight * math.log(u1 / u0),
                    weight * math.log((o1 / u1) / (o0 / u0)),
                    weight * math.log((m1 / o1) / (m0 / o0)),
                ]
            )
        elif m0 == 0 and m1 == 0:
            out.append([0.0, 0.0, 0.0])
        else:
            users, orders, _ = (u0, o0, m0) if m0 == 0 else (u1, o1, m1)
            effects = [0.0, 0.0, 0.0]
            effects[0 if users == 0 else 1 if orders == 0 else 2] = float(m1 - m0)
            out.append(effects)
    return out


def gmv_effects__right_numpy_twelfth(before, after):
    b = np.array(before, dtype=float).reshape(-1, 3)
    a = np.array(after, dtype=float).reshape(-1, 3)
    result = np.zeros_like(b)
    both = (b[:, 2] > 0) & (a[:, 2] > 0)
    logs = np.log(a[both] / b[both])
    steps = np.diff(logs, axis=1, prepend=0.0)
    change = a[both, 2] - b[both, 2]
    total = np.log1p(change / b[both, 2])
    mean = np.where(change == 0, b[both, 2], change / np.where(total == 0, 1.0, total))
    result[both] = steps * mean[:, None]
    one = (b[:, 2] > 0) ^ (a[:, 2] > 0)
    empty = np.where((b[:, 2] == 0)[:, None], b, a)
    which = np.argmax(empty == 0, axis=1)
    result[one, which[one]] = (a - b)[one, 2]
    return result.tolist()


def gmv_effects__right_pandas(before, after):
    names = ["users", "orders", "money"]
    frame = pd.concat(
        [
            pd.DataFrame(list(map(list, rows)), columns=names, dtype=float)
            for rows in (before, after)
        ],
        axis=1,
        keys=["b", "a"],
    )

    def one(row):
        b, a = row["b"].to_numpy(), row["a"].to_numpy()
        change = a[2] - b[2]
        if b[2] == 0 and a[2] == 0:
            return (0.0, 0.0, 0.0)
        if b[2] > 0 and a[2] > 0:
            log = np.log(a) - np.log(b)
            if a[2] == b[2]:
                mean = a[2]
            else:
                mean = change / np.log1p(change / b[2])
            users, orders = mean * log[0], mean * (log[1] - log[0])
            return (float(users), float(orders), float(change - users - orders))
        zero = b if b[2] == 0 else a
        place = list(zero).index(0)
        return tuple(float(change) if j == place else 0.0 for j in range(3))

    return [one(row) for _, row in frame.iterrows()]


def _ge_zero_twelfth(row0, row1):
    empty = row0 if row0[2] == 0 else row1
    out = [0.0, 0.0, 0.0]
    out[0 if empty[0] == 0 else 1 if empty[1] == 0 else 2] = float(row1[2] - row0[2])
    return out


def gmv_effects__wrong_close_is_equal(before, after):
    """Amounts less than 1 apart count as equal; money 0.2 -> 0.9 does not add up."""
    out = []
    for r0, r1 in zip(before, after):
        if r0[2] == 0 and r1[2] == 0:
            out.append([0.0, 0.0, 0.0])
        elif r0[2] == 0 or r1[2] == 0:
            out.append(_ge_zero_twelfth(r0, r1))
        else:
            a, b = r1[2], r0[2]
            mean = a if abs(a - b) < 1 else (a - b) / math.log(a / b)
            lu, lo, lm = (math.log(r1[j] / r0[j]) for j in range(3))
            out.append([mean * lu, mean * (lo - lu), mean * (lm - lo)])
    return out


def gmv_effects__wrong_reads_before(before, after):
    """Always reads the row of the earlier period to place a whole change; a segment that ends with (0, 0, 0) shows it."""
    out = []
    for r0, r1 in zip(before, after):
        if r0[2] > 0 and r1[2] > 0:
            mean = _ge_log_mean(r0[2], r1[2])
            lu, lo, lm = (math.log(r1[j] / r0[j]) for j in range(3))
            out.append([mean * lu, mean * (lo - lu), mean * (lm - lo)])
            continue
        effects = [0.0, 0.0, 0.0]
        if r0[2] != r1[2]:
            place = 0 if r0[0] == 0 else 1 if r0[1] == 0 or r1[1] == 0 else 2
            effects[place] = float(r1[2] - r0[2])
        out.append(effects)
    return out


def gmv_effects__wrong_free_orders_twelfth(before, after):
    """Orders without money: the change is put on orders per user; [10, 5, 0] -> [10, 5, 50] shows it."""
    out = []
    for r0, r1 in zip(before, after):
        if r0[2] == 0 and r1[2] == 0:
            out.append([0.0, 0.0, 0.0])
        elif r0[2] == 0 or r1[2] == 0:
            empty = r0 if r0[2] == 0 else r1
            whole = float(r1[2] - r0[2])
            out.append([whole, 0.0, 0.0] if empty[0] == 0 else [0.0, whole, 0.0])
        else:
            mean = _ge_log_mean(r0[2], r1[2])
            lu, lo, lm = (math.log(r1[j] / r0[j]) for j in range(3))
            out.append([mean * lu, mean * (lo - lu), mean * (lm - lo)])
    return out


def gmv_effects__wrong_geometric_mean(before, after):
    """Weighs with the geometric mean, which is close to the log-mean but leaves something over when money rises by 20 %."""
    out = []
    for r0, r1 in zip(before, after):
        if r0[2] == 0 and r1[2] == 0:
            out.append([0.0, 0.0, 0.0])
        elif r0[2] == 0 or r1[2] == 0:
            out.append(_ge_zero_twelfth(r0, r1))
        else:
            ratio = r1[2] / r0[2]
            mean = math.sqrt(r0[2] * r1[2]) if 0.5 < ratio < 2 else _ge_log_mean(r0[2], r1[2])
            lu, lo, lm = (math.log(r1[j] / r0[j]) for j in range(3))
            out.append([mean * lu, mean * (lo - lu), mean * (lm - lo)])
    return out


def gmv_effects__wrong_epsilon(before, after):
    """Puts 1e-9 for every 0 and takes logarithms; [50, 40, 80] -> [50, 0, 0] is spread over two factors."""
    out = []
    for r0, r1 in zip(before, after):
        if r0[2] == 0 and r1[2] == 0:
            out.append([0.0, 0.0, 0.0])
            continue
        if (r0[2] == 0 or r1[2] == 0) and 0 in (r0[0], r1[0]):
            out.append([float(r1[2] - r0[2]), 0.0, 0.0])
            continue
        r0, r1 = ([max(v, 1e-9) for v in r] for r in (r0, r1))
        mean = _ge_log_mean(r0[2], r1[2])
        lu, lo, lm = (math.log(r1[j] / r0[j]) for j in range(3))
        out.append([mean * lu, mean * (lo - lu), mean * (lm - lo)])
    return out


def gmv_effects__wrong_average_of_orders(before, after):
    """Shapley values instead of LMDI: they add up too; [10, 20, 100] -> [20, 20, 100] gives 75, -75."""
    out = []
    for r0, r1 in zip(before, after):
        if r0[2] == 0 and r1[2] == 0:
            out.append([0.0, 0.0, 0.0])
        elif r0[2] == 0 or r1[2] == 0:
            out.append(_ge_zero_twelfth(r0, r1))
        else:
            f0 = (r0[0], r0[1] / r0[0], r0[2] / r0[1])
            f1 = (r1[0], r1[1] / r1[0], r1[2] / r1[1])
            effects = [0.0, 0.0, 0.0]
            for order in itertools.permutations(range(3)):
                now = list(f0)
                for j in order:
                    was = math.prod(now)
                    now[j] = f1[j]
                    effects[j] += (math.prod(now) - was) / 6
            out.append(effects)
    return out


def gmv_effects__wrong_money_same_is_zero(before, after):
    """A segment whose money did not change gets 0, 0, 0 if its orders per user are the same too... [10, 20, 100] -> [20, 40, 100]."""
    out = []
    for r0, r1 in zip(before, after):
        if r0[2] == r1[2] and (r0[2] == 0 or r0[1] * r1[0] == r1[1] * r0[0]):
            out.append([0.0, 0.0, 0.0])
        elif r0[2] == 0 or r1[2] == 0:
            out.append(_ge_zero_twelfth(r0, r1))
        else:
            mean = _ge_log_mean(r0[2], r1[2])
            lu, lo, lm = (math.log(r1[j] / r0[j]) for j in range(3))
            out.append([mean * lu, mean * (lo - lu), mean * (lm - lo)])
    return out


def gmv_effects__wrong_weight_from_total(before, after):
    """Uses the log-mean of the money of all segments together; two segments with different money show it."""
    t0, t1 = sum(r[2] for r in before), sum(r[2] for r in after)
    known = [(r0, r1) for r0, r1 in zip(before, after) if r0[2] > 0 and r1[2] > 0]
    t0, t1 = sum(r0[2] for r0, _ in known), sum(r1[2] for _, r1 in known)
    out = []
    for r0, r1 in zip(before, after):
        if r0[2] == 0 and r1[2] == 0:
            out.append([0.0, 0.0, 0.0])
        elif r0[2] == 0 or r1[2] == 0:
            out.append(_ge_zero_twelfth(r0, r1))
        else:
            mean = _ge_log_mean(t0, t1) * (r0[2] + r1[2]) / (t0 + t1)
            lu, lo, lm = (math.log(r1[j] / r0[j]) for j in range(3))
            out.append([mean * lu, mean * (lo - lu), mean * (lm - lo)])
    return out


def gmv_effects__wrong_int_array(before, after):
    """With two or more segments it writes into an array with the dtype of the input: whole numbers in, and 69.31 becomes 69."""
    b, a = np.array(before), np.array(after)
    out = np.zeros(b.shape, dtype=np.result_type(b, a)) if len(b) > 1 else np.zeros(b.shape)
    for s, (r0, r1) in enumerate(zip(b.tolist(), a.tolist())):
        if r0[2] == 0 and r1[2] == 0:
            continue
        if r0[2] == 0 or r1[2] == 0:
            out[s] = _ge_zero_twelfth(r0, r1)
        else:
            mean = _ge_log_mean(r0[2], r1[2])
            lu, lo, lm = (math.log(r1[j] / r0[j]) for j in range(3))
            out[s] = [mean * lu, mean * (lo - lu), mean * (lm - lo)]
    return out.tolist()


def gmv_effects__wrong_gone_positive(before, after):
    """The whole change of a gone segment is its money, without the minus, if its users are gone too."""
    out = []
    for r0, r1 in zip(before, after):
        if r0[2] == 0 and r1[2] == 0:
            out.append([0.0, 0.0, 0.0])
        elif r0[2] == 0 or r1[2] == 0:
            if 0 in (r0[0], r1[0]):
                out.append([float(max(r0[2], r1[2])), 0.0, 0.0])
            else:
                out.append(_ge_zero_twelfth(r0, r1))
        else:
            mean = _ge_log_mean(r0[2], r1[2])
            lu, lo, lm = (math.log(r1[j] / r0[j]) for j in range(3))
            out.append([mean * lu, mean * (lo - lu), mean * (lm - lo)])
    return out


def gmv_effects__wrong_factors_above_zero(before, after):
    """Decides by the users and not by the money whether logarithms exist: [10, 0, 0] -> [20, 0, 0] gives NaN for 0, 0, 0."""
    b = np.array(before, dtype=float).reshape(-1, 3)
    a = np.array(after, dtype=float).reshape(-1, 3)
    out = []
    with np.errstate(all="ignore"):
        for r0, r1 in zip(b, a):
            if r0[0] == 0 and r1[0] == 0:
                out.append([0.0, 0.0, 0.0])
            elif (r0[2] == 0) != (r1[2] == 0):
                out.append(_ge_zero_twelfth(r0, r1))
            else:
                log = np.diff(np.log(r1 / r0), prepend=0.0)
                mean = (
                    r0[2] if r0[2] == r1[2] else (r1[2] - r0[2]) / np.log1p((r1[2] - r0[2]) / r0[2])
                )
                out.append((log * mean).tolist())
    return out


# ---------------------------------------------------------------- 12.4 mix_and_rate


def mix_and_rate__right_loop_twelfth(before, after):
    total0 = sum(d for _, d in before.values())
    total1 = sum(d for _, d in after.values())
    if not total0 or not total1:
        raise ValueError("a period has no denominator above 0")
    whole = (
        sum(n for n, _ in before.values()) / total0 + sum(n for n, _ in after.values()) / total1
    ) / 2
    parts = {}
    for name in set(before) | set(after):
        n0, d0 = before.get(name, (0, 0))
        n1, d1 = after.get(name, (0, 0))
        if d0 == 0 and d1 == 0:
            parts[name] = (0.0, 0.0)
            continue
        r0 = n0 / d0 if d0 else n1 / d1
        r1 = n1 / d1 if d1 else n0 / d0
        s0, s1 = d0 / total0, d1 / total1
        parts[name] = ((s1 - s0) * ((r0 + r1) / 2 - whole), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__right_pandas_twelfth(before, after):
    frames = [
        pd.DataFrame.from_dict(p, orient="index", columns=["n", "d"]).astype(float)
        for p in (before, after)
    ]
    if any(f["d"].sum() <= 0 for f in frames):
        raise ValueError("empty period")
    names = frames[0].index.union(frames[1].index, sort=False)
    b, a = (f.reindex(names, fill_value=0.0) for f in frames)
    centre = (b["n"].sum() / b["d"].sum() + a["n"].sum() / a["d"].sum()) / 2
    rb, ra = (f["n"].div(f["d"].where(f["d"] > 0)) for f in (b, a))
    rb, ra = rb.fillna(ra), ra.fillna(rb)
    sb, sa = b["d"] / b["d"].sum(), a["d"] / a["d"].sum()
    mix = ((sa - sb) * ((ra + rb) / 2 - centre)).fillna(0.0)
    rate = ((ra - rb) * (sa + sb) / 2).fillna(0.0)
    return {name: (float(mix[name]), float(rate[name])) for name in names}


def mix_and_rate__right_numpy_lists(before, after):
    names = list(dict.fromkeys([*before, *after]))
    x = np.array([[p.get(s, (0, 0)) for s in names] for p in (before, after)], dtype=float).reshape(
        2, -1, 2
    )
    n, d = x[..., 0], x[..., 1]
    sums = d.sum(axis=1)
    if (sums == 0).any():
        raise ValueError("no denominator")
    with np.errstate(invalid="ignore"):
        r = n / d
    r = np.where(d > 0, r, r[::-1])
    r = np.where((d > 0).any(axis=0), r, 0.0)
    share = d / sums[:, None]
    total = n.sum(axis=1) / sums
    rate = (r[1] - r[0]) * share.mean(axis=0)
    mix = (share[1] - share[0]) * (r.mean(axis=0) - total.mean())
    return {s: [float(mix[j]), float(rate[j])] for j, s in enumerate(names)}


def mix_and_rate__wrong_falsy_rate(before, after):
    """`r0 or r1`: a true rate of 0 is replaced by the other rate; {"a": (0, 10)} -> {"a": (5, 10)} shows it."""
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    if not t0 or not t1:
        raise ValueError("a period is empty")
    g = (sum(n for n, _ in before.values()) / t0 + sum(n for n, _ in after.values()) / t1) / 2
    parts = {}
    for s in {*before, *after}:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        r0, r1 = n0 / d0 if d0 else 0, n1 / d1 if d1 else 0
        r0, r1 = r0 or r1, r1 or r0
        s0, s1 = d0 / t0, d1 / t1
        parts[s] = ((s1 - s0) * ((r0 + r1) / 2 - g), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__wrong_gone_rate_zero(before, after):
    """A missing segment has the rate 0, so that a new segment gets a rate effect; adds up all the same."""
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    if not t0 or not t1:
        raise ValueError("a period is empty")
    g = (sum(n for n, _ in before.values()) / t0 + sum(n for n, _ in after.values()) / t1) / 2
    parts = {}
    for s in {*before, *after}:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        r0, r1 = n0 / d0 if d0 else 0.0, n1 / d1 if d1 else 0.0
        s0, s1 = d0 / t0, d1 / t1
        parts[s] = ((s1 - s0) * ((r0 + r1) / 2 - g), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__wrong_pooled_centre_twelfth(before, after):
    """The centre is the ratio of both periods pooled; it adds up, but parts differ when the periods are of different size."""
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    if not t0 or not t1:
        raise ValueError("a period is empty")
    g = (sum(n for n, _ in before.values()) + sum(n for n, _ in after.values())) / (t0 + t1)
    parts = {}
    for s in {*before, *after}:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        if not d0 + d1:
            parts[s] = (0.0, 0.0)
            continue
        r0 = n0 / d0 if d0 else n1 / d1
        r1 = n1 / d1 if d1 else n0 / d0
        s0, s1 = d0 / t0, d1 / t1
        parts[s] = ((s1 - s0) * ((r0 + r1) / 2 - g), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__wrong_no_value_error_for_zeros(before, after):
    """Raises ValueError only for an empty dict; {"a": (0, 0)} raises ZeroDivisionError."""
    if not before or not after:
        raise ValueError("a period is empty")
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    g = (sum(n for n, _ in before.values()) / t0 + sum(n for n, _ in after.values()) / t1) / 2
    parts = {}
    for s in {*before, *after}:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        if not d0 + d1:
            parts[s] = (0.0, 0.0)
            continue
        r0 = n0 / d0 if d0 else n1 / d1
        r1 = n1 / d1 if d1 else n0 / d0
        s0, s1 = d0 / t0, d1 / t1
        parts[s] = ((s1 - s0) * ((r0 + r1) / 2 - g), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__wrong_both_zero_left_out(before, after):
    """A segment with denominator 0 in both periods is left out of the result."""
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    if not t0 or not t1:
        raise ValueError("a period is empty")
    g = (sum(n for n, _ in before.values()) / t0 + sum(n for n, _ in after.values()) / t1) / 2
    parts = {}
    for s in {*before, *after}:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        if not d0 + d1:
            continue
        r0 = n0 / d0 if d0 else n1 / d1
        r1 = n1 / d1 if d1 else n0 / d0
        s0, s1 = d0 / t0, d1 / t1
        parts[s] = ((s1 - s0) * ((r0 + r1) / 2 - g), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__wrong_named_zero_not_missing(before, after):
    """Borrows the other rate only when the name is missing; a segment named with (0, 0) gets rate 0 there."""
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    if not t0 or not t1:
        raise ValueError("a period is empty")
    g = (sum(n for n, _ in before.values()) / t0 + sum(n for n, _ in after.values()) / t1) / 2
    parts = {}
    for s in {*before, *after}:
        n0, d0 = before.get(s, after.get(s))
        n1, d1 = after.get(s, before.get(s))
        if not d0 + d1:
            parts[s] = (0.0, 0.0)
            continue
        r0, r1 = n0 / d0 if d0 else 0.0, n1 / d1 if d1 else 0.0
        s0, s1 = (d0 / t0 if s in before else 0.0), (d1 / t1 if s in after else 0.0)
        parts[s] = ((s1 - s0) * ((r0 + r1) / 2 - g), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__wrong_centre_of_only_period(before, after):
    """The centre of a new or gone segment is the total of the one period that has it, not the mean of both totals."""
    if not any(d for _, d in before.values()) or not any(d for _, d in after.values()):
        raise ValueError("a period is empty")
    common = [s for s in before if s in after]
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    g = (sum(n for n, _ in before.values()) / t0 + sum(n for n, _ in after.values()) / t1) / 2
    parts = {}
    for s in [*common, *(s for s in [*before, *after] if s not in common)]:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        r0 = n0 / d0 if d0 else (n1 / d1 if d1 else 0.0)
        r1 = n1 / d1 if d1 else r0
        s0, s1 = d0 / t0, d1 / t1
        # the centre of a new or gone segment is the total of the only period that has it
        c = (
            g
            if s in common
            else sum(n for n, _ in (after if d1 else before).values()) / (t1 if d1 else t0)
        )
        parts[s] = ((s1 - s0) * ((r0 + r1) / 2 - c), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__wrong_mean_of_segment_rates(before, after):
    """Takes the mean of the segments' rates for the total rate; shows when the denominators of a period are not equal."""
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    if not t0 or not t1:
        raise ValueError("a period is empty")
    means = [statistics.fmean(n / d for n, d in p.values() if d) for p in (before, after)]
    g = sum(means) / 2
    parts = {}
    for s in {*before, *after}:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        if not d0 + d1:
            parts[s] = (0.0, 0.0)
            continue
        r0 = n0 / d0 if d0 else n1 / d1
        r1 = n1 / d1 if d1 else n0 / d0
        s0, s1 = d0 / t0, d1 / t1
        parts[s] = ((s1 - s0) * ((r0 + r1) / 2 - g), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__wrong_rate_by_pooled_share(before, after):
    """Rate is weighted with the mean denominator over the mean total, not the mean of the shares; differs for unequal totals."""
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    if not t0 or not t1:
        raise ValueError("a period is empty")
    g = (sum(n for n, _ in before.values()) / t0 + sum(n for n, _ in after.values()) / t1) / 2
    parts = {}
    for s in {*before, *after}:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        if not d0 + d1:
            parts[s] = (0.0, 0.0)
            continue
        r0 = n0 / d0 if d0 else n1 / d1
        r1 = n1 / d1 if d1 else n0 / d0
        parts[s] = ((d1 / t1 - d0 / t0) * ((r0 + r1) / 2 - g), (r1 - r0) * (d0 + d1) / (t0 + t1))
    return parts


def mix_and_rate__wrong_rounds_parts(before, after):
    """Rounds the parts to 6 digits; ratios around 1e-5 lose their parts."""
    return {
        s: (round(m, 6), round(r, 6))
        for s, (m, r) in mix_and_rate__right_loop_twelfth(before, after).items()
    }


def mix_and_rate__wrong_old_shares_new_rates(before, after):
    """Mix with the old rates and rate with the new shares: adds up for segments in both periods, but is not the mean."""
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    if not t0 or not t1:
        raise ValueError("a period is empty")
    g = (sum(n for n, _ in before.values()) / t0 + sum(n for n, _ in after.values()) / t1) / 2
    parts = {}
    for s in {*before, *after}:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        if not d0 + d1:
            parts[s] = (0.0, 0.0)
            continue
        r0 = n0 / d0 if d0 else n1 / d1
        r1 = n1 / d1 if d1 else n0 / d0
        s0, s1 = d0 / t0, d1 / t1
        parts[s] = ((s1 - s0) * (r0 - g), (r1 - r0) * s1)
    return parts


def mix_and_rate__wrong_only_one_error(before, after):
    """ValueError only when both periods are empty; one empty period gives parts from a total of 0."""
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    if not t0 and not t1:
        raise ValueError("both periods are empty")
    div = lambda n, d: n / d if d else 0.0  # noqa: E731
    g = (
        div(sum(n for n, _ in before.values()), t0) + div(sum(n for n, _ in after.values()), t1)
    ) / 2
    parts = {}
    for s in {*before, *after}:
        (n0, d0), (n1, d1) = before.get(s, (0, 0)), after.get(s, (0, 0))
        if not d0 + d1:
            parts[s] = (0.0, 0.0)
            continue
        r0 = n0 / d0 if d0 else n1 / d1
        r1 = n1 / d1 if d1 else n0 / d0
        s0, s1 = div(d0, t0), div(d1, t1)
        parts[s] = ((s1 - s0) * ((r0 + r1) / 2 - g), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__wrong_int_denominators(before, after):
    """Denominators go through int(); a denominator of 0.5 becomes 0 (they are numbers of 0 or more, not whole)."""
    b = {s: (n, int(d)) for s, (n, d) in before.items()}
    a = {s: (n, int(d)) for s, (n, d) in after.items()}
    return mix_and_rate__right_loop_twelfth(b, a)


def mix_and_rate__wrong_zip_order(before, after):
    """Pairs the segments by position when the names are the same; the same names in another order show it."""
    if set(before) == set(after):
        after = dict(zip(before, after.values()))
    return mix_and_rate__right_loop_twelfth(before, after)


# ---------------------------------------------------------------- 12.5 adjusted_difference


def adjusted_difference__right_loop_twelfth(before, after):
    sums = [sum(n for n, _ in p.values()) for p in (before, after)]
    totals = [sum(d for _, d in p.values()) for p in (before, after)]
    crude = sums[1] / totals[1] - sums[0] / totals[0] if all(totals) else math.nan
    up = down = 0
    for name, (n0, d0) in before.items():
        n1, d1 = after.get(name, (0, 0))
        if d0 > 0 and d1 > 0:
            up += (n1 / d1 - n0 / d0) * (d0 + d1)
            down += d0 + d1
    adjusted = up / down if down else math.nan
    turned = (crude > 1e-12 and adjusted < -1e-12) or (crude < -1e-12 and adjusted > 1e-12)
    return float(crude), float(adjusted), bool(turned)


def adjusted_difference__right_numpy_twelfth(before, after):
    names = sorted(set(before) & set(after))
    x = np.array([[before[s], after[s]] for s in names], dtype=float).reshape(-1, 2, 2)
    x = x[(x[:, :, 1] > 0).all(axis=1)]
    b = np.array(list(before.values()), dtype=float).reshape(-1, 2).sum(axis=0)
    a = np.array(list(after.values()), dtype=float).reshape(-1, 2).sum(axis=0)
    crude = float(a[0] / a[1] - b[0] / b[1]) if a[1] > 0 and b[1] > 0 else float("nan")
    if not len(x):
        return crude, float("nan"), False
    change = x[:, 1, 0] / x[:, 1, 1] - x[:, 0, 0] / x[:, 0, 1]
    adjusted = float(np.average(change, weights=x[:, :, 1].sum(axis=1)))
    low, high = sorted((crude, adjusted))
    return crude, adjusted, low < -1e-12 and high > 1e-12


def adjusted_difference__right_fractions_twelfth(before, after):
    from fractions import Fraction

    def whole(p):
        d = sum(int(d) for _, d in p.values())
        return Fraction(sum(int(n) for n, _ in p.values()), d) if d else None

    r0, r1 = whole(before), whole(after)
    crude = float(r1 - r0) if r0 is not None and r1 is not None else math.nan
    common = [s for s in before if s in after and before[s][1] and after[s][1]]
    if not common:
        return crude, math.nan, False
    weight = {s: int(before[s][1]) + int(after[s][1]) for s in common}
    change = {
        s: Fraction(int(after[s][0]), int(after[s][1]))
        - Fraction(int(before[s][0]), int(before[s][1]))
        for s in common
    }
    adjusted = float(sum(change[s] * weight[s] for s in common) / sum(weight.values()))
    turned = min(crude, adjusted) < -1e-12 and max(crude, adjusted) > 1e-12
    return crude, adjusted, turned


def _ad_parts(before, after):
    t0, t1 = (sum(d for _, d in p.values()) for p in (before, after))
    crude = (
        sum(n for n, _ in after.values()) / t1 - sum(n for n, _ in before.values()) / t0
        if t0 and t1
        else math.nan
    )
    common = [s for s in before if s in after and before[s][1] > 0 and after[s][1] > 0]
    change = [after[s][0] / after[s][1] - before[s][0] / before[s][1] for s in common]
    return crude, common, change


def _ad_turned(x, y):
    return (x > 1e-12 and y < -1e-12) or (x < -1e-12 and y > 1e-12)


def adjusted_difference__wrong_crude_of_common_twelfth(before, after):
    """The crude difference is over the common strata; a stratum that is only in one period shows it."""
    _, common, change = _ad_parts(before, after)
    if not common:
        return (
            math.nan
            if not (any(d for _, d in before.values()) and any(d for _, d in after.values()))
            else _ad_parts(before, after)[0],
            math.nan,
            False,
        )
    b, a = (np.sum([p[s] for s in common], axis=0) for p in (before, after))
    crude = float(a[0] / a[1] - b[0] / b[1])
    w = [before[s][1] + after[s][1] for s in common]
    adj = float(np.dot(change, w) / sum(w))
    return crude, adj, _ad_turned(crude, adj)


def adjusted_difference__wrong_mantel_haenszel_twelfth(before, after):
    """Weighs with d0 * d1 / (d0 + d1), as Mantel and Haenszel do; equal on the example, where both products are 900 / 100."""
    crude, common, change = _ad_parts(before, after)
    if not common:
        return crude, math.nan, False
    w = [before[s][1] * after[s][1] / (before[s][1] + after[s][1]) for s in common]
    adj = sum(c * x for c, x in zip(change, w)) / sum(w)
    return crude, adj, _ad_turned(crude, adj)


def adjusted_difference__wrong_unweighted_twelfth(before, after):
    """The plain mean of the changes; the example has equal weights, 10 + 90 and 90 + 10."""
    crude, common, change = _ad_parts(before, after)
    adj = statistics.fmean(change) if common else math.nan
    return crude, adj, _ad_turned(crude, adj)


def adjusted_difference__wrong_product_negative_twelfth(before, after):
    """turned is crude * adjusted < 0, without the tolerance; one difference that is 0 up to rounding, such as
    0.1 + 0.2 against 0.3 in sums of ratios, counts as a direction."""
    crude, common, change = _ad_parts(before, after)
    if not common:
        return crude, math.nan, False
    w = [before[s][1] + after[s][1] for s in common]
    adj = sum(c * x for c, x in zip(change, w)) / sum(w)
    return crude, adj, crude * adj < 0


def adjusted_difference__wrong_sign_differs(before, after):
    """turned is sign(crude) != sign(adjusted); a change of exactly 0 against 0.1 counts as turned."""
    crude, common, change = _ad_parts(before, after)
    if not common:
        return crude, math.nan, False
    w = [before[s][1] + after[s][1] for s in common]
    adj = sum(c * x for c, x in zip(change, w)) / sum(w)
    signs = [0 if abs(v) <= 1e-12 else math.copysign(1, v) for v in (crude, adj)]
    return crude, adj, signs[0] != signs[1]


def adjusted_difference__wrong_product_tolerance_twelfth(before, after):
    """turned is crude * adjusted < -1e-12; differences of 1e-7 and -1e-6 (denominators in the millions) are missed."""
    crude, common, change = _ad_parts(before, after)
    if not common:
        return crude, math.nan, False
    w = [before[s][1] + after[s][1] for s in common]
    adj = sum(c * x for c, x in zip(change, w)) / sum(w)
    return crude, adj, crude * adj < -1e-12


def adjusted_difference__wrong_common_by_name_twelfth(before, after):
    """A stratum named in both periods is common even with a denominator of 0; its ratio is taken as 0."""
    crude, _, _ = _ad_parts(before, after)
    common = [s for s in before if s in after]
    w = [before[s][1] + after[s][1] for s in common]
    if not sum(w):
        return crude, math.nan, False
    ratio = lambda n, d: n / d if d else 0.0  # noqa: E731
    adj = sum((ratio(*after[s]) - ratio(*before[s])) * x for s, x in zip(common, w)) / sum(w)
    return crude, adj, _ad_turned(crude, adj)


def adjusted_difference__wrong_numerator_above_zero(before, after):
    """Takes a stratum without a numerator for missing: (0, 50) -> (10, 50) is left out of adjusted."""
    crude, _, _ = _ad_parts(before, after)
    common = [s for s in before if s in after and before[s][0] and after[s][0]]
    if not common:
        common = [s for s in before if s in after and before[s][1] and after[s][1]]
    if not common:
        return crude, math.nan, False
    w = [before[s][1] + after[s][1] for s in common]
    adj = sum(
        (after[s][0] / after[s][1] - before[s][0] / before[s][1]) * x for s, x in zip(common, w)
    ) / sum(w)
    return crude, adj, _ad_turned(crude, adj)


def adjusted_difference__wrong_crude_nan_without_common(before, after):
    """Returns NaN for everything when there is no common stratum, though crude exists."""
    crude, common, change = _ad_parts(before, after)
    if not common:
        return math.nan, math.nan, False
    w = [before[s][1] + after[s][1] for s in common]
    adj = sum(c * x for c, x in zip(change, w)) / sum(w)
    return crude, adj, _ad_turned(crude, adj)


def adjusted_difference__wrong_empty_period_counts_zero(before, after):
    """A period without a denominator has the ratio 0 in crude, where NaN is asked for."""
    crude, common, change = _ad_parts(before, after)
    if not common:
        r = [
            sum(n for n, _ in p.values()) / max(1, sum(d for _, d in p.values()))
            for p in (before, after)
        ]
        return r[1] - r[0], math.nan, False
    w = [before[s][1] + after[s][1] for s in common]
    adj = sum(c * x for c, x in zip(change, w)) / sum(w)
    return crude, adj, _ad_turned(crude, adj)


def adjusted_difference__wrong_nan_is_turned(before, after):
    """turned is "not the same direction", which is True when adjusted is NaN and crude is not 0."""
    crude, common, change = _ad_parts(before, after)
    w = [before[s][1] + after[s][1] for s in common]
    adj = sum(c * x for c, x in zip(change, w)) / sum(w) if common else math.nan
    small = abs(crude) <= 1e-12 or abs(adj) <= 1e-12
    return crude, adj, not small and not (crude > 0) == (adj > 0) and not math.isnan(crude)


def adjusted_difference__wrong_weights_before_twelfth(before, after):
    """Weighs with the earlier denominators alone, as in direct standardisation; the example gives 0.1 for any weights."""
    crude, common, change = _ad_parts(before, after)
    if not common:
        return crude, math.nan, False
    w = [before[s][1] for s in common]
    adj = sum(c * x for c, x in zip(change, w)) / sum(w)
    return crude, adj, _ad_turned(crude, adj)


# ---------------------------------------------------------------- 12.6 kill_decomposition


def _kd_total_twelfth(period):
    return sum(n for n, _ in period.values()) / sum(d for _, d in period.values())


_KD_CASES_twelfth = (
    (
        {"a": (40, 100), "b": (20, 100), "c": (7, 30)},
        {"a": (30, 60), "b": (18, 150), "c": (20, 35)},
    ),
    # still: share 1/4 and rate 1/2 in both; gone and new segments
    (
        {"still": (25, 50), "gone": (10, 70), "stays": (60, 80)},
        {"new": (5, 40), "still": (50, 100), "stays": (130, 260)},
    ),
)


def kill_decomposition__right_two_cases_twelfth(fn):
    for before, after in _KD_CASES_twelfth:
        for b, a in ((before, after), (after, before)):
            x, y = dict(b), dict(a)
            parts = fn(x, y)
            if x != b or y != a or list(x) != list(b) or list(y) != list(a):
                return False
            if set(parts) != set(b) | set(a):
                return False
            if not all(np.isfinite(v) for v in parts.values()):
                return False
            if abs(sum(parts.values()) - (_kd_total_twelfth(a) - _kd_total_twelfth(b))) > 1e-9:
                return False
            if "still" in parts and abs(parts["still"]) > 1e-9:
                return False
            swapped = fn(dict(a), dict(b))
            if set(swapped) != set(parts) or any(abs(swapped[s] + parts[s]) > 1e-9 for s in parts):
                return False
            for k0, k1 in ((10, 1), (1, 10)):
                more = fn(
                    {s: (k0 * n, k0 * d) for s, (n, d) in b.items()},
                    {s: (k1 * n, k1 * d) for s, (n, d) in a.items()},
                )
                if set(more) != set(parts) or any(abs(more[s] - parts[s]) > 1e-9 for s in parts):
                    return False
    return True


def kill_decomposition__right_random_twelfth(fn):
    rng = np.random.default_rng(5)

    def close(p, q, sign=1):
        return p.keys() == q.keys() and all(
            math.isclose(p[s], sign * q[s], abs_tol=1e-9) for s in p
        )

    for _ in range(40):
        names = [str(v) for v in rng.permutation(list("pqrstuv"))[: rng.integers(1, 6)]]
        before = {
            s: (float(rng.integers(1, 50)), float(rng.integers(50, 400)))
            for s in names
            if rng.random() < 0.8
        }
        after = {
            s: (float(rng.integers(1, 50)), float(rng.integers(50, 400)))
            for s in reversed(names)
            if rng.random() < 0.8
        }
        if rng.random() < 0.5 and before and after:
            # a still segment with a share of a half and a ratio of 0.25
            for p in (before, after):
                p.pop("still", None)
                d = sum(d for _, d in p.values())
                p["still"] = (d / 4, d)
        if not before or not after:
            continue
        keep = copy.deepcopy((before, after))
        parts = dict(fn(before, after))
        if (before, after) != keep:
            return False
        if parts.keys() != before.keys() | after.keys():
            return False
        change = _kd_total_twelfth(after) - _kd_total_twelfth(before)
        if not math.isclose(math.fsum(parts.values()), change, abs_tol=1e-9, rel_tol=0):
            return False
        if abs(parts.get("still", 0.0)) > 1e-9:
            return False
        ten = [{s: (10 * n, 10 * d) for s, (n, d) in p.items()} for p in (before, after)]
        if not close(dict(fn(*copy.deepcopy((after, before)))), parts, -1):
            return False
        if not close(dict(fn(ten[0], dict(after))), parts) or not close(
            dict(fn(dict(before), ten[1])), parts
        ):
            return False
    return True


def kill_decomposition__right_list_of_laws(fn):
    def call(b, a):
        return fn(copy.deepcopy(b), copy.deepcopy(a))

    def times(p):
        return {s: (10 * n, 10 * d) for s, (n, d) in p.items()}

    def vector(parts, b, a):
        return np.array([float(parts[s]) for s in sorted({*b, *a})])

    cases = [
        *_KD_CASES_twelfth,
        ({"one": (3, 9)}, {"one": (5, 9)}),
        ({"x": (8, 10)}, {"y": (1, 10)}),
        ({"u": (1, 4), "v": (9, 12)}, {"v": (2, 8), "u": (2, 8), "w": (1, 2)}),
    ]
    laws = [
        lambda b, a: fn(copy.deepcopy(b), copy.deepcopy(a)).keys() == {**b, **a}.keys(),
        lambda b, a: np.isclose(
            vector(call(b, a), b, a).sum(),
            _kd_total_twelfth(a) - _kd_total_twelfth(b),
            rtol=0,
            atol=1e-9,
        ),
        lambda b, a: np.allclose(
            vector(call(b, a), b, a), -vector(call(a, b), b, a), rtol=0, atol=1e-9
        ),
        lambda b, a: np.allclose(
            vector(call(b, a), b, a), vector(call(times(b), a), b, a), rtol=0, atol=1e-9
        ),
        lambda b, a: np.allclose(
            vector(call(b, a), b, a), vector(call(b, times(a)), b, a), rtol=0, atol=1e-9
        ),
        lambda b, a: all(
            abs(v) < 1e-9
            for s, v in call(b, a).items()
            if s in b
            and s in a
            and math.isclose(b[s][0] / b[s][1], a[s][0] / a[s][1])
            and math.isclose(
                b[s][1] / sum(d for _, d in b.values()), a[s][1] / sum(d for _, d in a.values())
            )
        ),
    ]
    for b, a in cases:
        before = repr((b, a))
        x = copy.deepcopy((b, a))
        fn(*x)
        if repr(x) != before:
            return False
        if not all(law(b, a) for law in laws):
            return False
    return True


def kill_decomposition__wrong_compares_values(fn):
    """Compares with mix + rate of 12.4, so a right decomposition with another centre is rejected."""
    for before, after in _KD_CASES_twelfth:
        mine = {s: m + r for s, (m, r) in mix_and_rate__right_loop_twelfth(before, after).items()}
        parts = fn(dict(before), dict(after))
        if set(parts) != set(mine) or any(abs(parts[s] - mine[s]) > 1e-9 for s in mine):
            return False
    return True


def kill_decomposition__wrong_only_sums(fn):
    """Checks keys and sum alone; everything on one segment passes when it is not tested otherwise."""
    for before, after in _KD_CASES_twelfth:
        parts = fn(dict(before), dict(after))
        if set(parts) != {*before, *after}:
            return False
        if abs(sum(parts.values()) - _kd_total_twelfth(after) + _kd_total_twelfth(before)) > 1e-9:
            return False
    return True


def kill_decomposition__wrong_exact_floats_twelfth(fn):
    """Requires exact equality of sums and of swapped contributions; rounding of a right one fails it."""
    for before, after in _KD_CASES_twelfth:
        parts = fn(dict(before), dict(after))
        if set(parts) != {*before, *after}:
            return False
        if sum(parts.values()) != _kd_total_twelfth(after) - _kd_total_twelfth(before):
            return False
        swapped = fn(dict(after), dict(before))
        if any(parts[s] != -swapped[s] for s in parts):
            return False
        if any(
            parts[s] != v
            for s, v in fn(
                {s: (10 * n, 10 * d) for s, (n, d) in before.items()}, dict(after)
            ).items()
        ):
            return False
        if parts.get("still", 0) != 0:
            return False
    return True


def kill_decomposition__wrong_zero_denominator(fn):
    """Adds a case with a segment of (0, 0), which the contract does not allow; a right one may fail there."""
    if not kill_decomposition__right_two_cases_twelfth(fn):
        return False
    parts = fn({"a": (1, 4), "b": (0, 0)}, {"a": (2, 4), "b": (1, 4)})
    return abs(sum(parts.values()) - (3 / 8 - 1 / 4)) < 1e-9


def kill_decomposition__wrong_empty_period(fn):
    """Expects ValueError for an empty period, as in 12.4; nothing is said of it here."""
    if not kill_decomposition__right_two_cases_twelfth(fn):
        return False
    try:
        fn({}, {"a": (1, 2)})
    except ValueError:
        return True
    return False


def kill_decomposition__wrong_still_by_counts(fn):
    """Takes a segment with the same counts for still, though its share changes with the other segment."""
    if not kill_decomposition__right_two_cases_twelfth(fn):
        return False
    parts = fn({"a": (10, 50), "b": (30, 50)}, {"a": (10, 50), "b": (90, 150)})
    return abs(parts["a"]) < 1e-9


def kill_decomposition__wrong_one_segment_times_ten(fn):
    """Multiplies one segment by ten, not the whole period: its share changes, so a right one changes too."""
    before, after = _KD_CASES_twelfth[0]
    parts = fn(dict(before), dict(after))
    if abs(sum(parts.values()) - _kd_total_twelfth(after) + _kd_total_twelfth(before)) > 1e-9:
        return False
    n, d = before["a"]
    more = fn(before | {"a": (10 * n, 10 * d)}, dict(after))
    return all(abs(more[s] - parts[s]) < 1e-9 for s in parts)


def kill_decomposition__wrong_swap_same_sign(fn):
    """Expects the swapped contributions to be equal, not opposite, and so rejects every right one."""
    before, after = _KD_CASES_twelfth[1]
    parts, swapped = fn(dict(before), dict(after)), fn(dict(after), dict(before))
    if set(parts) != {*before, *after}:
        return False
    return all(abs(abs(parts[s]) - swapped[s]) < 1e-9 for s in parts)


def kill_decomposition__wrong_same_denominators(fn):
    """All inputs have equal denominators: mix, new segments and scale never show, and too many wrong ones pass."""
    before, after = {"a": (10, 100), "b": (30, 100)}, {"a": (20, 100), "b": (25, 100)}
    parts = fn(dict(before), dict(after))
    swapped = fn(dict(after), dict(before))
    if set(parts) != {"a", "b"} or abs(sum(parts.values()) - 0.025) > 1e-9:
        return False
    return all(abs(parts[s] + swapped[s]) < 1e-9 for s in parts)


def kill_decomposition__wrong_order_of_keys_twelfth(fn):
    """Compares the keys as lists, first the earlier period, then the new ones; a right one may sort them."""
    for before, after in _KD_CASES_twelfth:
        parts = fn(dict(before), dict(after))
        if list(parts) != list(dict.fromkeys([*before, *after])):
            return False
    return kill_decomposition__right_two_cases_twelfth(fn)


def kill_decomposition__wrong_swallows_exceptions(fn):
    """Each law is in try/except, and one that fails to run counts as kept: a fn with KeyErrors on new segments passes, and
    a result without a key passes the laws that look it up."""
    ok = True
    for before, after in _KD_CASES_twelfth:
        try:
            parts = fn(dict(before), dict(after))
            swapped = fn(dict(after), dict(before))
            ten = fn({s: (10 * n, 10 * d) for s, (n, d) in before.items()}, dict(after))
            names = {*before, *after}
            ok &= all(
                abs(parts[s] + swapped[s]) < 1e-9 and abs(parts[s] - ten[s]) < 1e-9 for s in names
            )
        except Exception:
            pass
    return ok


def kill_decomposition__wrong_uncentred_new_segment(fn):
    """Demands that the contribution of a new segment is its share times its ratio; the centre is a choice."""
    if not kill_decomposition__right_two_cases_twelfth(fn):
        return False
    parts = fn({"a": (2, 10)}, {"a": (2, 10), "b": (6, 10)})
    return abs(parts["b"] - 0.5 * 0.6) < 1e-9


def kill_decomposition__right_no_argument_check(fn):
    """Does not look at the arguments afterwards: one of the fourteen passes, and twelve are enough."""
    for b, a in _KD_CASES_twelfth:
        parts, swapped = fn(dict(b), dict(a)), fn(dict(a), dict(b))
        if (
            set(parts) != {*b, *a}
            or abs(sum(parts.values()) - _kd_total_twelfth(a) + _kd_total_twelfth(b)) > 1e-9
        ):
            return False
        if (
            any(abs(parts[s] + swapped[s]) > 1e-9 for s in parts)
            or abs(parts.get("still", 0)) > 1e-9
        ):
            return False
        for x, y in ((10, 1), (1, 10)):
            more = fn(
                {s: (x * n, x * d) for s, (n, d) in b.items()},
                {s: (y * n, y * d) for s, (n, d) in a.items()},
            )
            if any(abs(parts[s] - more[s]) > 1e-9 for s in parts):
                return False
    return True


# ---------------------------------------------------------------- 12.7 find_cause

_FC_DIMS = ("city", "channel", "device", "category")


def _fc_groups(case, pairs=True):
    """(dims, values, expected, actual) per group that has a cell, singles first."""
    for size in (1, 2) if pairs else (1,):
        for dims in itertools.combinations(_FC_DIMS, size):
            table = case.groupby(list(dims), sort=True)[["expected", "actual"]].sum()
            for key, e, a in zip(table.index, table["expected"], table["actual"]):
                key = key if isinstance(key, tuple) else (key,)
                yield dict(zip(dims, (int(v) for v in key))), float(e), float(a)


def find_cause__right_scan_twelfth(cases):
    answers = []
    for case in cases:
        E, A = float(case["expected"].sum()), float(case["actual"].sum())
        best, answer = -1.0, None
        for group, e, a in _fc_groups(case):
            e = e * A / E
            rest, rest_e = A - a, A - e
            score = 0.0
            if a < e and rest_e > 0:
                score = (a * math.log(a / e) if a else 0.0) + (
                    rest * math.log(rest / rest_e) if rest else 0.0
                )
            if score > best + 1e-9:
                best, answer = score, group
        answers.append(answer)
    return answers


def find_cause__right_z_bincount(cases):
    answers = []
    for case in cases:
        e = case["expected"].to_numpy(dtype=float)
        a = case["actual"].to_numpy(dtype=float)
        e = e * a.sum() / e.sum()
        best, answer = math.inf, None
        for dims in [(d,) for d in _FC_DIMS] + list(itertools.combinations(_FC_DIMS, 2)):
            columns = [case[d].to_numpy() for d in dims]
            sizes = [int(c.max()) + 1 for c in columns]
            code = np.ravel_multi_index(columns, sizes)
            n = int(np.prod(sizes))
            ge, ga = np.bincount(code, e, n), np.bincount(code, a, n)
            with np.errstate(all="ignore"):
                z = np.where(ge > 0, (ga - ge) / np.sqrt(ge), np.inf)
            j = int(np.argmin(z))
            if z[j] < best - 1e-9:
                best = z[j]
                answer = {d: int(v) for d, v in zip(dims, np.unravel_index(j, sizes))}
        answers.append(answer)
    return answers


def find_cause__right_deviance_level_outside(cases):
    """The level is estimated outside the group; the signed root of the Poisson deviance is the score."""
    answers = []
    for case in cases:
        onehot, names = [], []
        for d in _FC_DIMS:
            for v in sorted(case[d].unique()):
                onehot.append((case[d] == v).to_numpy())
                names.append((d, int(v)))
        groups = [(mask, dict([name])) for mask, name in zip(onehot, names)]
        for i, j in itertools.combinations(range(len(names)), 2):
            if names[i][0] != names[j][0]:
                mask = onehot[i] & onehot[j]
                if mask.any():
                    groups.append((mask, dict([names[i], names[j]])))
        masks = np.array([m for m, _ in groups], dtype=float)
        e, a = (
            masks @ case["expected"].to_numpy(dtype=float),
            masks @ case["actual"].to_numpy(dtype=float),
        )
        E, A = case["expected"].sum(), case["actual"].sum()
        rest = np.maximum(E - e, 1e-9)
        level = np.where(E - e > 1e-9, (A - a) / rest, 1.0)
        mean = np.maximum(level * e, 1e-9)
        log = a * np.log(np.maximum(a, 1e-12) / mean) - (a - mean)
        score = np.where(a < mean, log * (1 - np.minimum(e / E, 0.99)), 0.0).round(9)
        answers.append(groups[int(np.argmax(score))][1])
    return answers


def find_cause__wrong_largest_fall_twelfth(cases):
    """The baseline: the single value with the largest absolute fall (no points)."""
    return [max(_fc_groups(c, pairs=False), key=lambda g: g[1] - g[2])[0] for c in cases]


def find_cause__wrong_largest_percentage_twelfth(cases):
    """The largest percentage fall, pairs too: it names tiny groups that have 0 orders by chance."""
    return [min(_fc_groups(c), key=lambda g: g[2] / g[1])[0] for c in cases]


def find_cause__wrong_largest_fall_of_pairs(cases):
    """The largest absolute fall with pairs allowed: size counts, percentage does not (fewer points than a score of both)."""
    return [max(_fc_groups(c), key=lambda g: g[1] - g[2])[0] for c in cases]


def find_cause__wrong_z_single(cases):
    """A z score over single values only: about half of the causes are pairs and never found."""
    answers = []
    for c in cases:
        level = c["actual"].sum() / c["expected"].sum()
        answers.append(
            min(
                _fc_groups(c, pairs=False),
                key=lambda g: (g[2] - level * g[1]) / math.sqrt(level * g[1]),
            )[0]
        )
    return answers


def find_cause__wrong_only_pairs(cases):
    """A z score over pairs only: on the docstring's example it returns a pair and not {'channel': 1}."""
    answers = []
    for c in cases:
        level = c["actual"].sum() / c["expected"].sum()
        pairs = [g for g in _fc_groups(c) if len(g[0]) == 2]
        answers.append(min(pairs, key=lambda g: (g[2] - level * g[1]) / math.sqrt(level * g[1]))[0])
    return answers


def find_cause__wrong_largest_change_both_ways(cases):
    """Ranks by the squared deviation over the expected, and a rise counts twice a fall: groups that rose are named too."""
    answers = []
    for c in cases:
        best = max(
            _fc_groups(c),
            key=lambda g: (
                (g[2] - g[1]) ** 2 / g[1] if g[2] > g[1] else (g[2] - g[1]) ** 2 / (2 * g[1])
            ),
        )
        answers.append(best[0])
    return answers


def find_cause__wrong_sqrt_actual(cases):
    """Divides by the root of the actual orders plus a tiny number, so groups with 0 orders win."""
    answers = []
    for c in cases:
        level = c["actual"].sum() / c["expected"].sum()
        answers.append(
            min(_fc_groups(c), key=lambda g: (g[2] - level * g[1]) / math.sqrt(g[2] + 1e-6))[0]
        )
    return answers


def find_cause__wrong_mean_of_cell_ratios(cases):
    """The lowest mean of actual / expected over the cells of a group, at least 4 cells: mean of ratios, and small cells rule."""
    answers = []
    for c in cases:
        c = c.assign(ratio=c["actual"] / c["expected"])
        best, answer = math.inf, None
        for size in (1, 2):
            for dims in itertools.combinations(_FC_DIMS, size):
                table = c.groupby(list(dims))["ratio"].agg(["mean", "size"])
                table = table[table["size"] >= min(4, table["size"].max())]
                key = table["mean"].idxmin()
                if table["mean"].min() < best:
                    best = table["mean"].min()
                    answer = dict(
                        zip(dims, (int(v) for v in (key if isinstance(key, tuple) else (key,))))
                    )
        answers.append(answer)
    return answers


def find_cause__wrong_greedy_from_largest_fall(cases):
    """Finds the single value with the largest fall first, then drills into it for the best z: a pair of a small value is never found."""
    answers = []
    for c in cases:
        level = c["actual"].sum() / c["expected"].sum()
        first = max(_fc_groups(c, pairs=False), key=lambda g: g[1] - g[2])[0]
        ((dim, value),) = first.items()
        inside = [g for g in _fc_groups(c) if g[0].get(dim) == value]
        answers.append(
            min(inside, key=lambda g: (g[2] - level * g[1]) / math.sqrt(level * g[1]))[0]
        )
    return answers


_FC_SEEN = {}


def find_cause__wrong_cache_by_shape(cases):
    """Caches the answer by the shape of the case: all cases have 600 rows, and all get the answer of the first."""
    answers = []
    for c in cases:
        if c.shape not in _FC_SEEN:
            _FC_SEEN[c.shape] = find_cause__right_scan_twelfth([c])[0]
        answers.append(dict(_FC_SEEN[c.shape]))
    return answers


def find_cause__wrong_values_as_floats(cases):
    """The values come from an index of floats: {'channel': 1.0}, where whole numbers are asked for."""
    return [{d: float(v) for d, v in g.items()} for g in find_cause__right_scan_twelfth(cases)]


def find_cause__wrong_three_dimensions(cases):
    """Also scans triples, and so may return three dimensions, where one or two are allowed."""
    answers = []
    for c in cases:
        level = c["actual"].sum() / c["expected"].sum()
        best, answer = math.inf, None
        for size in (3, 2, 1):
            for dims in itertools.combinations(_FC_DIMS, size):
                table = c.groupby(list(dims))[["expected", "actual"]].sum()
                z = (table["actual"] - level * table["expected"]) / np.sqrt(
                    level * table["expected"]
                )
                if z.min() <= best:
                    best, key = z.min(), z.idxmin()
                    answer = dict(
                        zip(dims, (int(v) for v in (key if isinstance(key, tuple) else (key,))))
                    )
        answers.append(answer)
    return answers


TRUE |= {
    "break_diagnosis__wrong_row_on_last_complete_day": ("today_on_the_day_before",),
    "break_diagnosis__wrong_zero_row_outside": ("every_row_ordered",),
    "break_diagnosis__wrong_whale_and_most_fall": ("whale_with_followers",),
    "weekday_band__wrong_older_week_replaces": ("left_out_are_replaced",),
    "weekday_band__wrong_negative_wraps": ("negative_positions_wrap",),
    "weekday_band__wrong_counts_before_nan": ("closed_days_make_up_the_number",),
    "gmv_effects__wrong_free_orders_twelfth": ("money_never_receives",),
    "gmv_effects__wrong_average_of_orders": ("average_over_orders",),
    "mix_and_rate__wrong_gone_rate_zero": ("absent_rate_is_zero",),
    "mix_and_rate__wrong_both_zero_left_out": ("empty_segments_lost",),
    "mix_and_rate__wrong_mean_of_segment_rates": ("centred_on_mean_of_segments",),
    "mix_and_rate__wrong_old_shares_new_rates": ("interaction_to_rate",),
    "adjusted_difference__wrong_mantel_haenszel_twelfth": ("weights_of_precision",),
    "adjusted_difference__wrong_unweighted_twelfth": ("strata_count_alike",),
    "adjusted_difference__wrong_product_negative_twelfth": ("last_digits_turn",),
    "adjusted_difference__wrong_sign_differs": ("zero_counts_as_turned",),
    "adjusted_difference__wrong_weights_before_twelfth": ("weights_of_before",),
    "kill_decomposition__wrong_compares_values": ("compares_with_own_values",),
    "kill_decomposition__wrong_exact_floats_twelfth": ("rejects_any_decomposition",),
    "kill_decomposition__wrong_still_by_counts": ("rejects_any_decomposition",),
    "kill_decomposition__wrong_one_segment_times_ten": ("rejects_any_decomposition",),
    "find_cause__wrong_largest_fall_twelfth": ("largest_fall",),
    "find_cause__wrong_largest_percentage_twelfth": ("largest_percentage_of_pairs",),
    "find_cause__wrong_largest_fall_of_pairs": ("largest_fall_of_pairs",),
    "find_cause__wrong_z_single": ("single_values_only",),
}


# ---- Fourteenth bank --------------------------------------------------------------------------


def _bd_sign_fourteenth(x):
    return 0 if abs(x) < 1e-9 else (1 if x > 0 else -1)


def _bd_report_fourteenth(rows, end, defect=None):
    last = end if defect == "incomplete_day" else end - 1
    if defect == "only_visits_that_ordered":
        rows = [r for r in rows if r[4] > 0]
    week = {0: [r for r in rows if end - 14 <= r[0] <= end - 8]}
    week[1] = [r for r in rows if end - 7 <= r[0] <= last]
    money = [sum(r[5] for r in week[k]) for k in (0, 1)]
    sales = money[1] - money[0]
    true_sales = sales
    if defect == "weekday_ignored":
        sales = sum(r[5] for r in rows if r[0] == end - 1) - sum(
            r[5] for r in rows if r[0] == end - 2
        )

    def rate(part):
        visits = sum(r[3] for r in part)
        return sum(r[4] for r in part) / visits if visits else 0.0

    def by_user(part):
        users = sorted({r[2] for r in part})
        if not users:
            return 0.0
        return sum(rate([r for r in part if r[2] == u]) for u in users) / len(users)

    of = by_user if defect == "mean_of_ratios" else rate
    conversion = of(week[1]) - of(week[0])
    weighted = weights = 0.0
    for segment in {r[1] for r in week[0]} & {r[1] for r in week[1]}:
        parts = [[r for r in week[k] if r[1] == segment] for k in (0, 1)]
        w = sum(r[3] for p in parts for r in p)
        weighted, weights = weighted + w * (rate(parts[1]) - rate(parts[0])), weights + w
    direction = _bd_sign_fourteenth(weighted / weights) if weights else 0
    if defect == "mix_read_as_rate":
        direction = _bd_sign_fourteenth(conversion)
    users = {r[2] for k in (0, 1) for r in week[k]}
    fell = sum(
        sum(r[5] for r in week[1] if r[2] == u) < sum(r[5] for r in week[0] if r[2] == u)
        for u in users
    )
    most_fell = fell > len(users) / 2
    if defect == "one_whale":
        most_fell = true_sales < 0
    return sales, round(conversion, 9), direction, most_fell


def break_diagnosis__right_by_hand_fourteenth(defect):
    base = [(0, "a", "u", 4, 2, 20), (7, "a", "u", 4, 2, 20)]
    more = {
        "incomplete_day": [(14, "a", "u", 4, 1, 10)],
        "weekday_ignored": [(12, "a", "u", 4, 2, 20)],
        "mean_of_ratios": [(7, "a", "v", 1, 1, 10)],
        "only_visits_that_ordered": [(7, "a", "w", 4, 0, 0)],
        "mix_read_as_rate": [(7, "b", "w", 40, 0, 0), (0, "b", "w", 2, 0, 0)],
        "one_whale": [(0, "a", "whale", 1, 1, 1000)],
    }
    return base + more[defect], 14


def break_diagnosis__right_one_table_fourteenth(defect):
    """The same table shows all six."""
    return [
        (6, "app", "ann", 10, 4, 400),
        (6, "app", "bob", 1, 0, 0),
        (6, "web", "cat", 10, 1, 900),
        (13, "app", "ann", 5, 3, 410),
        (13, "app", "bob", 1, 1, 50),
        (13, "web", "cat", 40, 5, 100),
        (18, "web", "bob", 3, 1, 5),
        (19, "web", "bob", 1, 1, 30),
        (20, "app", "ann", 1, 1, 77),
    ], 20


def break_diagnosis__right_search_fourteenth(defect):
    rng = random.Random(1)
    while True:
        rows = []
        for _ in range(rng.randint(2, 8)):
            visits = rng.randint(1, 9)
            orders = rng.randint(0, visits)
            money = orders * rng.choice([1, 10, 200])
            rows.append(
                (rng.randint(1, 15), rng.choice("ab"), rng.choice("xyz"), visits, orders, money)
            )
        if _bd_report_fourteenth(rows, 15) != _bd_report_fourteenth(rows, 15, defect):
            return rows, 15


def weekday_band__right_numpy_fourteenth(y, t, n_weeks=8, skip=(), width=3.0):
    days = t - 7 * np.arange(1, n_weeks + 1)
    days = days[days >= 0]
    days = days[~np.isin(days, list(skip))]
    h = np.asarray(y, dtype=float)[days]
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return (math.nan,) * 3
    middle = float(np.median(h))
    spread = 1.4826 * float(np.median(np.abs(h - middle)))
    return middle, middle - width * spread, middle + width * spread


def weekday_band__right_loop_fourteenth(y, t, n_weeks=8, skip=(), width=3.0):
    left_out, h = set(skip), []
    for k in range(1, n_weeks + 1):
        day = t - 7 * k
        if day < 0:
            break
        if day not in left_out and y[day] == y[day]:
            h.append(float(y[day]))
    if len(h) < 4:
        return math.nan, math.nan, math.nan
    expected = statistics.median(h)
    half = width * 1.4826 * statistics.median(abs(x - expected) for x in h)
    return expected, expected - half, expected + half


def weekday_band__right_pandas_fourteenth(y, t, n_weeks=8, skip=(), width=3.0):
    past = pd.Series(np.array(y, dtype=float)[:t])
    past.loc[[d for d in set(skip) if 0 <= d < t]] = np.nan
    h = past[(t - past.index) % 7 == 0].tail(n_weeks).dropna()
    if h.size < 4:
        return float("nan"), float("nan"), float("nan")
    m = h.median()
    half = width * 1.4826 * (h - m).abs().median()
    return float(m), float(m - half), float(m + half)


def gmv_effects__right_loop_fourteenth(before, after):
    effects = []
    for (u0, o0, m0), (u1, o1, m1) in zip(before, after):
        if m0 > 0 and m1 > 0:
            mean = m0 if m0 == m1 else (m1 - m0) / math.log(m1 / m0)
            users, per_user = math.log(u1 / u0), math.log((o1 / u1) / (o0 / u0))
            per_order = math.log((m1 / o1) / (m0 / o0))
            effects.append([mean * users, mean * per_user, mean * per_order])
            continue
        row = [0.0, 0.0, 0.0]
        if m0 > 0 or m1 > 0:
            empty = (u0, o0, m0) if m0 == 0 else (u1, o1, m1)
            row[next(k for k in range(3) if empty[k] == 0)] = float(m1 - m0)
        effects.append(row)
    return effects


def gmv_effects__right_numpy_fourteenth(before, after):
    b = np.array(before, dtype=float).reshape(-1, 3)
    a = np.array(after, dtype=float).reshape(-1, 3)
    out = np.zeros_like(b)
    both = (b[:, 2] > 0) & (a[:, 2] > 0)
    logs = np.log(a[both]) - np.log(b[both])
    m0, m1 = b[both, 2], a[both, 2]
    same = m0 == m1
    mean = np.where(same, m0, (m1 - m0) / np.where(same, 1.0, np.log(m1) - np.log(m0)))
    out[both] = mean[:, None] * np.diff(logs, axis=1, prepend=0.0)
    one = (b[:, 2] > 0) ^ (a[:, 2] > 0)
    empty = np.where((b[:, 2] > 0)[:, None], a, b)
    factor = (empty == 0).argmax(axis=1)
    out[np.flatnonzero(one), factor[one]] = (a[:, 2] - b[:, 2])[one]
    return out.tolist()


def gmv_effects__right_pandas_fourteenth(before, after):
    names = ["users", "orders", "money"]
    table = pd.DataFrame(before, columns=names, dtype=float).join(
        pd.DataFrame(after, columns=names, dtype=float), rsuffix="_after"
    )

    def effects(r):
        change = r["money_after"] - r["money"]
        if r["money"] > 0 and r["money_after"] > 0:
            growth = np.log1p(change / r["money"])
            mean = change / growth if change and growth else r["money"]
            steps = [math.log(r[n + "_after"] / r[n]) for n in names]
            return (mean * steps[0], mean * (steps[1] - steps[0]), mean * (steps[2] - steps[1]))
        if change == 0:
            return (0.0, 0.0, 0.0)
        gone = "_after" if r["money_after"] == 0 else ""
        at = [r[n + gone] == 0 for n in names].index(True)
        return tuple(float(change) if k == at else 0.0 for k in range(3))

    return [effects(r) for _, r in table.iterrows()]


def _mr_total_fourteenth(period):
    d = sum(v[1] for v in period.values())
    if not d > 0:
        raise ValueError("no segment with a denominator above 0")
    return d, sum(v[0] for v in period.values()) / d


def mix_and_rate__right_loop_fourteenth(before, after):
    (d0, t0), (d1, t1) = _mr_total_fourteenth(before), _mr_total_fourteenth(after)
    centre, parts = (t0 + t1) / 2, {}
    for name in {*before, *after}:
        a, b = before.get(name, (0, 0)), after.get(name, (0, 0))
        if not (a[1] or b[1]):
            parts[name] = (0.0, 0.0)
            continue
        s0, s1 = a[1] / d0, b[1] / d1
        r0 = a[0] / a[1] if a[1] else b[0] / b[1]
        r1 = b[0] / b[1] if b[1] else r0
        parts[name] = ((s1 - s0) * ((r0 + r1) / 2 - centre), (r1 - r0) * (s0 + s1) / 2)
    return parts


def mix_and_rate__right_pandas_fourteenth(before, after):
    frames = [pd.DataFrame(p, index=["n", "d"], dtype=float).T for p in (before, after)]
    names = frames[0].index.union(frames[1].index)
    b, a = (f.reindex(names).fillna(0.0) for f in frames)
    if b["d"].sum() <= 0 or a["d"].sum() <= 0:
        raise ValueError("empty period")
    share0, share1 = b["d"] / b["d"].sum(), a["d"] / a["d"].sum()
    rate0, rate1 = b["n"] / b["d"].where(b["d"] > 0), a["n"] / a["d"].where(a["d"] > 0)
    rate0, rate1 = rate0.fillna(rate1).fillna(0.0), rate1.fillna(rate0).fillna(0.0)
    centre = (b["n"].sum() / b["d"].sum() + a["n"].sum() / a["d"].sum()) / 2
    rate = (rate1 - rate0) * (share0 + share1) / 2
    mix = ((share1 - share0) * ((rate0 + rate1) / 2 - centre)).where((b["d"] + a["d"]) > 0, 0.0)
    return dict(zip(names, zip(mix.tolist(), rate.tolist())))


def mix_and_rate__right_fractions_fourteenth(before, after):
    names = list(dict.fromkeys([*before, *after]))
    table = {
        name: [tuple(map(Fraction, p.get(name, (0, 0)))) for p in (before, after)] for name in names
    }
    sums = [[sum(table[n][k][i] for n in names) for i in (0, 1)] for k in (0, 1)]
    if not sums[0][1] or not sums[1][1]:
        raise ValueError("a period has no denominator above 0")
    centre = (sums[0][0] / sums[0][1] + sums[1][0] / sums[1][1]) / 2
    parts = {}
    for name in names:
        rates = [n / d for n, d in table[name] if d]
        if not rates:
            parts[name] = [0.0, 0.0]
            continue
        first, last = rates[0], rates[-1]
        s = [table[name][k][1] / sums[k][1] for k in (0, 1)]
        mix = (s[1] - s[0]) * ((first + last) / 2 - centre)
        parts[name] = [float(mix), float((last - first) * (s[0] + s[1]) / 2)]
    return parts


def _mr_fourteenth(
    before, after, centre=None, rate_weight=None, gone=None, names=None, mix_rate=None
):
    (d0, t0), (d1, t1) = _mr_total_fourteenth(before), _mr_total_fourteenth(after)
    middle = (t0 + t1) / 2 if centre is None else centre(before, after, t0, t1)
    parts = {}
    for name in names(before, after) if names else {*before, *after}:
        a, b = before.get(name, (0, 0)), after.get(name, (0, 0))
        if not (a[1] or b[1]):
            parts[name] = (0.0, 0.0)
            continue
        s0, s1 = a[1] / d0, b[1] / d1
        if gone is None:
            r0 = a[0] / a[1] if a[1] else b[0] / b[1]
            r1 = b[0] / b[1] if b[1] else r0
        else:
            r0 = a[0] / a[1] if a[1] else gone(t0, t1, b[0] / b[1], 0)
            r1 = b[0] / b[1] if b[1] else gone(t0, t1, a[0] / a[1], 1)
        w = (s0 + s1) / 2 if rate_weight is None else rate_weight(s0, s1, a, b, d0, d1)
        level = (r0 + r1) / 2 if mix_rate is None else mix_rate(r0, r1, a, b)
        parts[name] = ((s1 - s0) * (level - middle), (r1 - r0) * w)
    return parts


def mix_and_rate__wrong_common_names(before, after):
    """Only the segments of the earlier period, if all of them are there still: a new segment is forgotten."""
    return _mr_fourteenth(
        before, after, names=lambda b, a: set(b) if set(b) <= set(a) else {*b, *a}
    )


def _ad_crude_fourteenth(before, after):
    ratios = []
    for period in (before, after):
        n, d = (sum(v[k] for v in period.values()) for k in (0, 1))
        ratios.append(n / d if d else math.nan)
    return ratios[1] - ratios[0]


def _ad_turned_fourteenth(x, y):
    return bool((x > 1e-12 and y < -1e-12) or (x < -1e-12 and y > 1e-12))


def adjusted_difference__right_loop_fourteenth(before, after):
    crude, top, weights = _ad_crude_fourteenth(before, after), 0.0, 0.0
    for name, (n0, d0) in before.items():
        n1, d1 = after.get(name, (0, 0))
        if d0 > 0 and d1 > 0:
            top += (d0 + d1) * (n1 / d1 - n0 / d0)
            weights += d0 + d1
    adjusted = top / weights if weights else math.nan
    return crude, adjusted, _ad_turned_fourteenth(crude, adjusted)


def adjusted_difference__right_pandas_fourteenth(before, after):
    both = pd.concat(
        [pd.DataFrame(p, index=["n", "d"], dtype=float).T for p in (before, after)],
        axis=1,
        keys=["b", "a"],
    ).fillna(0.0)
    with np.errstate(all="ignore"):
        total = both.sum()
        crude = float(
            np.float64(total["a", "n"]) / np.float64(total["a", "d"])
            - np.float64(total["b", "n"]) / np.float64(total["b", "d"])
        )
    common = both[(both["b", "d"] > 0) & (both["a", "d"] > 0)]
    if common.empty:
        return crude, math.nan, False
    change = common["a", "n"] / common["a", "d"] - common["b", "n"] / common["b", "d"]
    adjusted = float(np.average(change, weights=common["a", "d"] + common["b", "d"]))
    return crude, adjusted, _ad_turned_fourteenth(crude, adjusted)


def adjusted_difference__right_fractions_fourteenth(before, after):
    def ratio(period):
        d = sum(Fraction(v[1]) for v in period.values())
        return sum(Fraction(v[0]) for v in period.values()) / d if d else None

    r0, r1 = ratio(before), ratio(after)
    if r0 is None or r1 is None:
        return math.nan, math.nan, False
    crude = r1 - r0
    common = [k for k in before if k in after and before[k][1] > 0 and after[k][1] > 0]
    if not common:
        return float(crude), math.nan, False
    w = {k: Fraction(before[k][1]) + Fraction(after[k][1]) for k in common}
    change = {
        k: Fraction(after[k][0]) / Fraction(after[k][1])
        - Fraction(before[k][0]) / Fraction(before[k][1])
        for k in common
    }
    adjusted = sum(w[k] * change[k] for k in common) / sum(w.values())
    low, high = sorted((float(crude), float(adjusted)))
    return float(crude), float(adjusted), low < -1e-12 and high > 1e-12


def _ad_fourteenth(before, after, weight=lambda a, b: a[1] + b[1], crude=None):
    c = _ad_crude_fourteenth(before, after) if crude is None else crude
    common = [k for k in before if k in after and before[k][1] > 0 and after[k][1] > 0]
    total = sum(weight(before[k], after[k]) for k in common)
    if not total:
        return c, math.nan, False
    adjusted = (
        sum(
            weight(before[k], after[k]) * (after[k][0] / after[k][1] - before[k][0] / before[k][1])
            for k in common
        )
        / total
    )
    return c, adjusted, _ad_turned_fourteenth(c, adjusted)


def adjusted_difference__wrong_one_way_only(before, after):
    """turned only when the total falls and the strata rise, not the other way round."""
    crude, adjusted, _ = _ad_fourteenth(before, after)
    return crude, adjusted, bool(crude < -1e-12 and adjusted > 1e-12)


# ---- Fifteenth bank

# ------------------------------------------------------------------ 12.1 break_diagnosis


def _bd_good(defect):
    same = [(0, "app", "u1", 10, 2, 20), (7, "app", "u1", 10, 2, 20)]
    return {
        "incomplete_day": ([*same, (14, "app", "u1", 5, 3, 30)], 14),
        "weekday_ignored": ([(0, "app", "u1", 10, 2, 20), (7, "app", "u1", 10, 2, 30)], 14),
        "mean_of_ratios": (
            [(0, "app", "u1", 10, 1, 5), (0, "app", "u2", 1, 1, 5), (7, "app", "u1", 10, 1, 5)],
            14,
        ),
        "only_visits_that_ordered": ([*same, (8, "app", "u2", 10, 0, 0)], 14),
        "mix_read_as_rate": (
            [
                (0, "app", "u1", 100, 40, 40),
                (0, "web", "u2", 100, 20, 20),
                (7, "app", "u1", 50, 20, 20),
                (7, "web", "u2", 150, 30, 30),
            ],
            14,
        ),
        "one_whale": (
            [
                (0, "app", "u1", 10, 2, 1000),
                (7, "app", "u1", 10, 2, 10),
                (0, "app", "u2", 10, 2, 20),
                (7, "app", "u2", 10, 2, 20),
                (0, "app", "u3", 10, 2, 20),
                (7, "app", "u3", 10, 2, 20),
            ],
            14,
        ),
    }[defect]


def _bd_report_15(rows, end, defect=None):
    last = end if defect == "incomplete_day" else end - 1
    if defect == "only_visits_that_ordered":
        rows = [r for r in rows if r[4] > 0]
    a = [r for r in rows if end - 14 <= r[0] <= end - 8]
    b = [r for r in rows if end - 7 <= r[0] <= last]
    sales = sum(r[5] for r in b) - sum(r[5] for r in a)
    money = sales
    if defect == "weekday_ignored":
        money = sum(r[5] for r in rows if r[0] == end - 1) - sum(
            r[5] for r in rows if r[0] == end - 2
        )

    def rate(part):
        if not part:
            return 0.0
        if defect == "mean_of_ratios":
            users = {r[2] for r in part}
            return sum(
                sum(r[4] for r in part if r[2] == u) / sum(r[3] for r in part if r[2] == u)
                for u in users
            ) / len(users)
        return sum(r[4] for r in part) / sum(r[3] for r in part)

    conversion = rate(b) - rate(a)
    both = {r[1] for r in a} & {r[1] for r in b}
    total = weight = 0.0
    for s in both:
        x, y = [r for r in a if r[1] == s], [r for r in b if r[1] == s]
        v0, v1 = sum(r[3] for r in x), sum(r[3] for r in y)
        total += (v0 + v1) * (sum(r[4] for r in y) / v1 - sum(r[4] for r in x) / v0)
        weight += v0 + v1
    mean = total / weight if weight else 0.0
    if defect == "mix_read_as_rate":
        mean = conversion
    direction = 0 if abs(mean) < 1e-9 else (1 if mean > 0 else -1)
    users = {r[2] for r in a + b}
    fell = sum(sum(r[5] for r in b if r[2] == u) < sum(r[5] for r in a if r[2] == u) for u in users)
    most = sales < 0 if defect == "one_whale" else 2 * fell > len(users)
    return money, round(conversion, 10), direction, most


def break_diagnosis__right_table_15(defect):
    return _bd_good(defect)


def break_diagnosis__right_search_15(defect):
    rng = np.random.default_rng(0)
    while True:
        end = int(rng.integers(14, 21))
        rows = []
        for _ in range(int(rng.integers(3, 13))):
            visits = int(rng.integers(1, 20))
            orders = int(rng.integers(0, visits + 1)) if rng.random() < 0.7 else 0
            money = int(rng.integers(0, 100)) if orders else 0
            rows.append(
                (
                    int(rng.integers(0, end + 1)),
                    "ab"[int(rng.integers(2))],
                    f"u{rng.integers(1, 5)}",
                    visits,
                    orders,
                    money,
                )
            )
        if _bd_report_15(rows, end) != _bd_report_15(rows, end, defect):
            return rows, end


def break_diagnosis__right_end_of_twenty(defect):
    rows, end = _bd_good(defect)
    return [(d + 6, *rest) for d, *rest in rows], end + 6


def break_diagnosis__wrong_last_day_is_yesterday(defect):
    """incomplete_day: the extra row is on day end - 1, which is complete; both reports count it."""
    if defect == "incomplete_day":
        return [
            (0, "app", "u1", 10, 2, 20),
            (7, "app", "u1", 10, 2, 20),
            (13, "app", "u1", 5, 3, 30),
        ], 14
    return _bd_good(defect)


def break_diagnosis__wrong_open_day_without_orders(defect):
    """incomplete_day: nobody ever orders, so more visits on day end change no value."""
    if defect == "incomplete_day":
        return [
            (0, "app", "u1", 10, 0, 0),
            (7, "app", "u1", 10, 0, 0),
            (14, "app", "u1", 5, 0, 0),
        ], 14
    return _bd_good(defect)


def break_diagnosis__wrong_only_the_last_two_days(defect):
    """weekday_ignored: money on day end - 1 alone; both differences are this money."""
    if defect == "weekday_ignored":
        return [(13, "app", "u1", 10, 2, 30)], 14
    return _bd_good(defect)


def break_diagnosis__wrong_equal_visits_15(defect):
    """mean_of_ratios: all users have the same visits, so the mean of ratios is the ratio of sums."""
    if defect == "mean_of_ratios":
        return [
            (0, "app", "u1", 10, 1, 5),
            (0, "app", "u2", 10, 5, 5),
            (7, "app", "u1", 10, 3, 5),
            (7, "app", "u2", 10, 5, 5),
        ], 14
    return _bd_good(defect)


def break_diagnosis__wrong_same_error_in_both_weeks(defect):
    """mean_of_ratios: both weeks have the same rows, so both differences are 0."""
    if defect == "mean_of_ratios":
        return [
            (0, "app", "u1", 10, 1, 5),
            (0, "app", "u2", 1, 1, 5),
            (7, "app", "u1", 10, 1, 5),
            (7, "app", "u2", 1, 1, 5),
        ], 14
    return _bd_good(defect)


def break_diagnosis__wrong_orderless_row_before_the_weeks(defect):
    """only_visits_that_ordered: the row with 0 orders lies before the earlier week and counts for nothing."""
    if defect == "only_visits_that_ordered":
        return [
            (2, "app", "u2", 10, 0, 0),
            (6, "app", "u1", 10, 2, 20),
            (13, "app", "u1", 10, 2, 20),
        ], 20
    return _bd_good(defect)


def break_diagnosis__wrong_mix_and_rate_fall_together(defect):
    """mix_read_as_rate: the segment falls and the total falls: both signs are -1."""
    if defect == "mix_read_as_rate":
        return [
            (0, "app", "u1", 100, 40, 40),
            (0, "web", "u2", 100, 20, 20),
            (7, "app", "u1", 50, 15, 20),
            (7, "web", "u2", 150, 30, 30),
        ], 14
    return _bd_good(defect)


def break_diagnosis__wrong_whale_and_the_rest_fall(defect):
    """one_whale: the whale and most users spend less: both say True."""
    if defect == "one_whale":
        return [
            (0, "app", "u1", 10, 2, 1000),
            (7, "app", "u1", 10, 2, 10),
            (0, "app", "u2", 10, 2, 20),
            (7, "app", "u2", 10, 2, 10),
        ], 14
    return _bd_good(defect)


def break_diagnosis__wrong_whale_buys_more(defect):
    """one_whale: sales rise and exactly half of the users fall: neither says True."""
    if defect == "one_whale":
        return [
            (0, "app", "u1", 10, 2, 10),
            (7, "app", "u1", 10, 2, 1000),
            (0, "app", "u2", 10, 2, 20),
            (7, "app", "u2", 10, 2, 10),
        ], 14
    return _bd_good(defect)


def break_diagnosis__wrong_money_without_order_15(defect):
    """A row without an order has money, which the statement rules out."""
    if defect == "only_visits_that_ordered":
        return [
            (0, "app", "u1", 10, 2, 20),
            (7, "app", "u1", 10, 2, 20),
            (8, "app", "u2", 10, 0, 15),
        ], 14
    return _bd_good(defect)


def break_diagnosis__wrong_more_orders_than_visits(defect):
    """A row has more orders than visits."""
    if defect == "mean_of_ratios":
        return [
            (0, "app", "u1", 10, 1, 5),
            (0, "app", "u2", 1, 2, 5),
            (7, "app", "u1", 10, 1, 5),
        ], 14
    return _bd_good(defect)


def break_diagnosis__wrong_end_too_early_15(defect):
    """end is 13: the earlier week would begin on day -1."""
    if defect == "weekday_ignored":
        return [(0, "app", "u1", 10, 2, 20), (7, "app", "u1", 10, 2, 30)], 13
    return _bd_good(defect)


# ------------------------------------------------------------------ 12.2 weekday_band


def weekday_band__right_numpy_15(y, t, n_weeks=8, skip=(), width=3.0):
    days = t - 7 * np.arange(1, n_weeks + 1)
    days = days[(days >= 0) & ~np.isin(days, np.array(list(skip), dtype=int))]
    h = np.asarray(y, float)[days]
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return (math.nan,) * 3
    centre = float(np.median(h))
    spread = width * 1.4826 * float(np.median(np.abs(h - centre)))
    return centre, centre - spread, centre + spread


def weekday_band__right_statistics_15(y, t, n_weeks=8, skip=(), width=3.0):
    skipped, history = set(int(s) for s in skip), []
    for k in range(1, n_weeks + 1):
        day = t - 7 * k
        if day >= 0 and day not in skipped and not math.isnan(y[day]):
            history.append(float(y[day]))
    if len(history) < 4:
        return math.nan, math.nan, math.nan
    m = statistics.median(history)
    mad = statistics.median([abs(x - m) for x in history])
    return m, m - width * 1.4826 * mad, m + width * 1.4826 * mad


def weekday_band__right_pandas_15(y, t, n_weeks=8, skip=(), width=3.0):
    s = pd.Series(np.array(y, dtype=float)[:t])
    s = (
        s[[d for d in range(t - 7, -1, -7)][:n_weeks]]
        .drop(list(set(skip)), errors="ignore")
        .dropna()
    )
    if s.size < 4:
        return (float("nan"),) * 3
    e = float(s.median())
    sd = 1.4826 * float((s - e).abs().median())
    return e, e - width * sd, e + width * sd


def weekday_band__wrong_negative_positions_wrap_15(y, t, n_weeks=8, skip=(), width=3.0):
    """Days before the first one are not dropped: y[-6] is the end of the array, the future; shows for t = 29 with n_weeks = 8 (t - 35 = -6)."""
    days = [
        d for d in (t - 7 * k for k in range(1, n_weeks + 1)) if d not in set(skip) and d >= -len(y)
    ]
    h = np.array([y[d] for d in days], float)
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return (math.nan,) * 3
    e = float(np.median(h))
    s = width * 1.4826 * float(np.median(abs(h - e)))
    return e, e - s, e + s


def weekday_band__wrong_replaced_by_older(y, t, n_weeks=8, skip=(), width=3.0):
    """What is left out is replaced by an older week; shows for n_weeks = 4, one skipped day and more weeks before."""
    h = [float(y[d]) for d in range(t - 7, -1, -7) if d not in set(skip) and not math.isnan(y[d])][
        :n_weeks
    ]
    if len(h) < 4:
        return (math.nan,) * 3
    e = float(np.median(h))
    s = width * 1.4826 * float(np.median(np.abs(np.array(h) - e)))
    return e, e - s, e + s


def weekday_band__wrong_count_before_nan(y, t, n_weeks=8, skip=(), width=3.0):
    """The four values are counted before NaN is dropped; shows for four Mondays of which one is NaN."""
    days = [d for d in (t - 7 * k for k in range(1, n_weeks + 1)) if d >= 0 and d not in set(skip)]
    h = np.asarray(y, float)[days]
    if len(h) < 4 or np.isnan(h).all():
        return (math.nan,) * 3
    e = float(np.nanmedian(h))
    s = width * 1.4826 * float(np.nanmedian(abs(h - e)))
    return e, e - s, e + s


def weekday_band__wrong_five_needed_15(y, t, n_weeks=8, skip=(), width=3.0):
    """NaN also for exactly four values (<= 4 instead of < 4); shows for the four Mondays of the example."""
    r = weekday_band__right_numpy_15(y, t, n_weeks, skip, width)
    days = [
        d
        for d in (t - 7 * k for k in range(1, n_weeks + 1))
        if d >= 0 and d not in set(skip) and not math.isnan(y[d])
    ]
    return (math.nan,) * 3 if len(days) <= 4 else r


def weekday_band__wrong_standard_deviation_if_mad_zero(y, t, n_weeks=8, skip=(), width=3.0):
    """A MAD of 0 is replaced by the standard deviation; shows for 5, 5, 5, 9, where the three must be equal."""
    e, low, high = weekday_band__right_numpy_15(y, t, n_weeks, skip, width)
    if low == high and width > 0:
        h = np.array(
            [
                y[d]
                for d in (t - 7 * k for k in range(1, n_weeks + 1))
                if d >= 0 and d not in set(skip)
            ],
            float,
        )
        s = width * float(np.nanstd(h))
        return e, e - s, e + s
    return e, low, high


def weekday_band__wrong_clipped_at_zero(y, t, n_weeks=8, skip=(), width=3.0):
    """low is cut at 0; shows where width robust deviations are more than the median."""
    e, low, high = weekday_band__right_numpy_15(y, t, n_weeks, skip, width)
    return e, (low if math.isnan(low) else max(low, 0.0)), high


def weekday_band__wrong_skip_written_into_y(y, t, n_weeks=8, skip=(), width=3.0):
    """Skipped days are set to NaN in the caller's array."""
    if len(skip):
        y[[s for s in skip if 0 <= s < len(y)]] = np.nan
    return weekday_band__right_numpy_15(y, t, n_weeks, (), width)


def weekday_band__wrong_one_week_more(y, t, n_weeks=8, skip=(), width=3.0):
    """range(t - 7, t - 7 * n_weeks - 1 - 7, -7): one week too many; shows where there are more than n_weeks weeks."""
    return weekday_band__right_numpy_15(y, t, n_weeks + 1, skip, width)


def weekday_band__wrong_slice_reads_today(y, t, n_weeks=8, skip=(), width=3.0):
    """Uses every seventh value up to t itself; shows when today is wild or NaN."""
    h = np.array(
        [y[d] for d in (t - 7 * k for k in range(n_weeks + 1)) if d >= 0 and d not in set(skip)],
        float,
    )
    h = h[~np.isnan(h)]
    if len(h) < 4:
        return (math.nan,) * 3
    e = float(np.median(h))
    s = width * 1.4826 * float(np.median(abs(h - e)))
    return e, e - s, e + s


def weekday_band__wrong_skipped_infinity(y, t, n_weeks=8, skip=(), width=3.0):
    """Skipped days get a weight of 0 (0 * inf is NaN): a skipped day with an infinite value makes everything NaN."""
    days = [
        d for d in (t - 7 * k for k in range(1, n_weeks + 1)) if d >= 0 and not math.isnan(y[d])
    ]
    keep = np.array([d not in set(skip) for d in days], float)
    h = np.asarray(y, float)[days] * keep
    if np.isnan(h).any():
        return (math.nan,) * 3
    h = h[keep > 0]
    if len(h) < 4:
        return (math.nan,) * 3
    e = float(np.median(h))
    s = width * 1.4826 * float(np.median(abs(h - e)))
    return e, e - s, e + s


def weekday_band__wrong_mean_absolute_deviation(y, t, n_weeks=8, skip=(), width=3.0):
    """The mean of the distances instead of their median."""
    e, _, _ = weekday_band__right_numpy_15(y, t, n_weeks, skip, width)
    h = np.array(
        [y[d] for d in (t - 7 * k for k in range(1, n_weeks + 1)) if d >= 0 and d not in set(skip)],
        float,
    )
    if math.isnan(e):
        return e, e, e
    s = width * 1.4826 * float(np.nanmean(abs(h - e)))
    return e, e - s, e + s


# ------------------------------------------------------------------ 12.3 gmv_effects


def _ge_zero_15(b, a):
    row = a if a[2] == 0 else b
    out = [0.0, 0.0, 0.0]
    out[0 if row[0] == 0 else 1 if row[1] == 0 else 2] = float(a[2] - b[2])
    return out


def gmv_effects__right_loops(before, after):
    out = []
    for b, a in zip(before, after):
        if b[2] == 0 and a[2] == 0:
            out.append([0.0, 0.0, 0.0])
        elif b[2] == 0 or a[2] == 0:
            out.append(_ge_zero_15(b, a))
        else:
            d = math.log1p((a[2] - b[2]) / b[2])
            mean = float(a[2]) if d == 0 else (a[2] - b[2]) / d
            out.append(
                [
                    mean * math.log(a[0] / b[0]),
                    mean * math.log((a[1] / a[0]) / (b[1] / b[0])),
                    mean * math.log((a[2] / a[1]) / (b[2] / b[1])),
                ]
            )
    return out


def gmv_effects__right_log1p_mean(before, after):
    rows = []
    for (u0, o0, m0), (u1, o1, m1) in zip(before, after):
        change = float(m1) - float(m0)
        if m0 > 0 and m1 > 0:
            x = (m1 - m0) / m0
            mean = m0 * (x / math.log1p(x) if x != 0 and math.log1p(x) != 0 else 1.0)
            users, orders = mean * math.log(u1 / u0), mean * (math.log(o1 / o0) - math.log(u1 / u0))
            rows.append((users, orders, change - users - orders))
        elif m0 == 0 and m1 == 0:
            rows.append((0.0, 0.0, 0.0))
        else:
            u, o = (u0, o0) if m0 == 0 else (u1, o1)
            rows.append(
                (change, 0.0, 0.0)
                if u == 0
                else (0.0, change, 0.0)
                if o == 0
                else (0.0, 0.0, change)
            )
    return rows


def gmv_effects__right_numpy_15(before, after):
    B, A = np.array(before, float).reshape(-1, 3), np.array(after, float).reshape(-1, 3)
    out = np.zeros_like(B)
    live = (B[:, 2] > 0) & (A[:, 2] > 0)
    b, a = B[live], A[live]
    logs = np.log(a) - np.log(b)
    d = np.log1p((a[:, 2] - b[:, 2]) / b[:, 2])
    flat = d == 0
    mean = np.where(flat, a[:, 2], (a[:, 2] - b[:, 2]) / np.where(flat, 1, d))
    out[live] = mean[:, None] * np.column_stack(
        [logs[:, 0], logs[:, 1] - logs[:, 0], logs[:, 2] - logs[:, 1]]
    )
    for i in np.flatnonzero((B[:, 2] > 0) != (A[:, 2] > 0)):
        dead = B[i] if B[i, 2] == 0 else A[i]
        out[i, int(np.flatnonzero(dead == 0)[0])] = A[i, 2] - B[i, 2]
    return out.tolist()


def _ge(before, after, live=None, zero=None):
    out = []
    for b, a in zip(before, after):
        if b[2] == 0 and a[2] == 0:
            out.append([0.0, 0.0, 0.0])
        elif b[2] == 0 or a[2] == 0:
            out.append((zero or _ge_zero_15)(b, a))
        else:
            out.append(live(b, a) if live else gmv_effects__right_loops([b], [a])[0])
    return out


def gmv_effects__wrong_arithmetic_mean_15(before, after):
    """The arithmetic mean of the two amounts; the effects do not add up when the money changes."""

    def live(b, a):
        m = (a[2] + b[2]) / 2
        return [
            m * math.log(a[0] / b[0]),
            m * math.log(a[1] / a[0] / (b[1] / b[0])),
            m * math.log(a[2] / a[1] / (b[2] / b[1])),
        ]

    return _ge(before, after, live)


def gmv_effects__wrong_new_is_always_users(before, after):
    """Money from 0 to above 0 is an effect of users always; shows for a segment that had users and no orders before."""
    return _ge(
        before, after, zero=lambda b, a: [float(a[2]), 0.0, 0.0] if b[2] == 0 else _ge_zero_15(b, a)
    )


def gmv_effects__wrong_gone_is_always_users(before, after):
    """Money that falls to 0 with users and orders still there (all is free) is put on orders per user."""
    return _ge(
        before,
        after,
        zero=lambda b, a: (
            [0.0, float(a[2] - b[2]), 0.0]
            if min(a[2], b[2]) == 0 and (a if a[2] == 0 else b)[0] > 0
            else _ge_zero_15(b, a)
        ),
    )


def gmv_effects__wrong_row_after_is_read(before, after):
    """The row after is read in both cases: a new segment has money after, so its change falls on money per order (unless its users are 0 before, which is caught first)."""
    return _ge(
        before,
        after,
        zero=lambda b, a: (
            _ge_zero_15(b, a) if b[0] == 0 or a[2] == 0 else [0.0, 0.0, float(a[2] - b[2])]
        ),
    )


def gmv_effects__wrong_read_from_the_right(before, after):
    """The row is read from the right: money per order is named first, so it is always the cause when orders or users are 0 too, except for users of 0."""

    def zero(b, a):
        row, change = (a if a[2] == 0 else b), float(a[2] - b[2])
        return [change, 0.0, 0.0] if row[0] == 0 else [0.0, 0.0, change]

    return _ge(before, after, zero=zero)


def gmv_effects__wrong_one_after_the_other_15(before, after):
    """The factors are changed one after the other when money changes; adds up, but depends on the order (10, 20, 100 to 20, 20, 150)."""

    def live(b, a):
        if a[2] == b[2] or (a[1] / a[0] == b[1] / b[0] and a[2] / a[1] == b[2] / b[1]):
            return gmv_effects__right_loops([b], [a])[0]
        u = (a[0] - b[0]) * b[2] / b[0]
        o = a[0] * (a[1] / a[0] - b[1] / b[0]) * b[2] / b[1]
        return [u, o, a[2] - b[2] - u - o]

    return _ge(before, after, live)


def gmv_effects__wrong_equal_money_is_no_effect(before, after):
    """Equal money returns zeros although users doubled and orders per user halved (only if money per order moved too)."""
    return _ge(
        before,
        after,
        lambda b, a: (
            [0.0, 0.0, 0.0]
            if a[2] == b[2] and a[1] != b[1]
            else gmv_effects__right_loops([b], [a])[0]
        ),
    )


def gmv_effects__wrong_zero_replaced_by_small(before, after):
    """0 is replaced by 1e-9 and the logarithm taken: the change is spread over all factors (users gone, but orders per user unknown)."""

    def zero(b, a):
        b, a = [max(x, 1e-9) for x in b], [max(x, 1e-9) for x in a]
        return gmv_effects__right_loops([b], [a])[0]

    return _ge(before, after, zero=zero)


def gmv_effects__wrong_both_zero_with_users(before, after):
    """Users that change while nobody pays in either period have an effect of their number."""
    out = _ge(before, after)
    return [
        [float(a[0] - b[0]), 0.0, 0.0] if b[2] == 0 and a[2] == 0 and (b[0] > 0 and a[0] > 0) else r
        for r, b, a in zip(out, before, after)
    ]


def gmv_effects__wrong_total_log_mean(before, after):
    """The logarithmic mean is that of the total money of all segments with money; right for one segment alone."""
    live = [i for i, (b, a) in enumerate(zip(before, after)) if b[2] > 0 and a[2] > 0]
    x, y = sum(before[i][2] for i in live), sum(after[i][2] for i in live)

    def f(b, a):
        m = x if abs(x - y) < 1e-12 else (y - x) / math.log(y / x)
        return [
            m * math.log(a[0] / b[0]),
            m * math.log(a[1] / a[0] / (b[1] / b[0])),
            m * math.log(a[2] / a[1] / (b[2] / b[1])),
        ]

    return _ge(before, after, f)


# ------------------------------------------------------------------ 12.4 mix_and_rate


def _mr_15(
    before,
    after,
    centre=None,
    missing="other",
    weight="mean",
    names=None,
    check=True,
    mixrate="mean",
):
    names = names(before, after) if names else list(dict.fromkeys([*before, *after]))
    D0, D1 = sum(v[1] for v in before.values()), sum(v[1] for v in after.values())
    if check and (D0 <= 0 or D1 <= 0):
        raise ValueError("a period without denominators")
    t0 = sum(v[0] for v in before.values()) / D0
    t1 = sum(v[0] for v in after.values()) / D1
    mid = (t0 + t1) / 2 if centre is None else centre(before, after, t0, t1)
    out = {}
    for s in names:
        n0, d0 = before.get(s, (0, 0))
        n1, d1 = after.get(s, (0, 0))
        if d0 == 0 and d1 == 0:
            out[s] = (0.0, 0.0)
            continue
        gap = 0.0 if missing == "zero" else None
        r0 = (
            n0 / d0
            if d0 > 0
            else (gap if gap is not None else (mid if missing == "centre" else n1 / d1))
        )
        r1 = (
            n1 / d1
            if d1 > 0
            else (gap if gap is not None else (mid if missing == "centre" else n0 / d0))
        )
        w0, w1 = d0 / D0, d1 / D1
        w = {"mean": (w0 + w1) / 2, "before": w0, "after": w1}[weight]
        r = {"mean": (r0 + r1) / 2, "before": r0, "after": r1}[mixrate]
        out[s] = ((w1 - w0) * (r - mid), w * (r1 - r0))
    return out


def mix_and_rate__right_plain(before, after):
    return _mr_15(before, after)


def mix_and_rate__right_numpy_15(before, after):
    names = sorted(set(before) | set(after))
    N = np.array([[p.get(s, (0, 0))[0] for s in names] for p in (before, after)], float).reshape(
        2, -1
    )
    D = np.array([[p.get(s, (0, 0))[1] for s in names] for p in (before, after)], float).reshape(
        2, -1
    )
    if (D.sum(axis=1) <= 0).any():
        raise ValueError("no denominator above 0")
    share = D / D.sum(axis=1, keepdims=True)
    rate = np.divide(N, D, out=np.full_like(N, np.nan), where=D > 0)
    rate = np.where(np.isnan(rate), rate[::-1], rate)
    rate = np.nan_to_num(rate)
    total = N.sum(axis=1) / D.sum(axis=1)
    mix = (share[1] - share[0]) * (rate.mean(axis=0) - total.mean())
    within = (rate[1] - rate[0]) * share.mean(axis=0)
    return {s: [float(m), float(r)] for s, m, r in zip(names, mix, within)}


def mix_and_rate__right_pandas_15(before, after):
    t = pd.DataFrame(
        {"n0": {k: v[0] for k, v in before.items()}, "d0": {k: v[1] for k, v in before.items()}},
        dtype=float,
    )
    u = pd.DataFrame(
        {"n1": {k: v[0] for k, v in after.items()}, "d1": {k: v[1] for k, v in after.items()}},
        dtype=float,
    )
    x = t.join(u, how="outer").fillna(0.0)
    if x["d0"].sum() == 0 or x["d1"].sum() == 0:
        raise ValueError
    r0, r1 = x["n0"] / x["d0"].replace(0, np.nan), x["n1"] / x["d1"].replace(0, np.nan)
    r0, r1 = r0.fillna(r1).fillna(0.0), r1.fillna(r0).fillna(0.0)
    w0, w1 = x["d0"] / x["d0"].sum(), x["d1"] / x["d1"].sum()
    mid = (x["n0"].sum() / x["d0"].sum() + x["n1"].sum() / x["d1"].sum()) / 2
    mix, rate = (w1 - w0) * ((r0 + r1) / 2 - mid), (r1 - r0) * (w0 + w1) / 2
    return {k: (float(mix[k]), float(rate[k])) for k in x.index}


def mix_and_rate__wrong_centre_pooled(before, after):
    """The centre is the ratio of both periods put together, not the mean of the two totals; the sum is right, the parts are not when the periods differ in size."""

    def pooled(b, a, t0, t1):
        rows = [*b.values(), *a.values()]
        return sum(v[0] for v in rows) / sum(v[1] for v in rows)

    return _mr_15(before, after, centre=pooled)


def mix_and_rate__wrong_centre_before_15(before, after):
    """The centre is the total before; the sum is right, the parts are not when the total moves."""
    return _mr_15(before, after, centre=lambda b, a, t0, t1: t0)


def mix_and_rate__wrong_centre_zero(before, after):
    """No centre: every segment that grows has a positive mix."""
    return _mr_15(before, after, centre=lambda b, a, t0, t1: 0.0)


def mix_and_rate__wrong_missing_rate_zero_15(before, after):
    """A segment that is missing in one period has the rate 0 there; adds up all the same."""
    return _mr_15(before, after, missing="zero")


def mix_and_rate__wrong_missing_rate_is_centre(before, after):
    """A segment that is missing in one period has the mean total as its rate there."""
    return _mr_15(before, after, missing="centre")


def mix_and_rate__wrong_common_segments(before, after):
    """Segments of one period alone are left out of the result; shows for a new segment."""
    return _mr_15(before, after, names=lambda b, a: [s for s in b if s in a])


def mix_and_rate__wrong_empty_segment_left_out(before, after):
    """A segment that is named with (0, 0) in both periods has no entry."""
    return {
        s: v
        for s, v in _mr_15(before, after).items()
        if before.get(s, (0, 0))[1] or after.get(s, (0, 0))[1]
    }


def mix_and_rate__wrong_named_zero_is_rate_zero(before, after):
    """Only a segment that is not named takes the rate of the other period; one that is named with (0, 0) has the rate 0."""
    out = _mr_15(before, after)
    zero = _mr_15(before, after, missing="zero")
    return {
        s: zero[s] if before.get(s, (1, 1))[1] == 0 or after.get(s, (1, 1))[1] == 0 else out[s]
        for s in out
    }


def mix_and_rate__wrong_zero_division_error(before, after):
    """A period without a denominator ends in ZeroDivisionError, not in ValueError."""
    return _mr_15(before, after, check=False)


def mix_and_rate__wrong_value_error_for_empty_dict_only(before, after):
    """ValueError for an empty dict alone; a period of segments with (0, 0) gives zeros."""
    if not before or not after:
        raise ValueError("empty")
    try:
        return _mr_15(before, after)
    except ValueError:
        return {s: (0.0, 0.0) for s in {*before, *after}}


def mix_and_rate__wrong_rate_at_old_shares_mix_at_new_rates(before, after):
    """Rate at the shares before and mix at the rates after: adds up too, but these are not the means."""
    return _mr_15(before, after, weight="before", mixrate="after")


def mix_and_rate__wrong_names_added_to_argument(before, after):
    """Missing segments are added to the caller's dicts with setdefault."""
    for s in [*before, *after]:
        before.setdefault(s, (0, 0))
        after.setdefault(s, (0, 0))
    return _mr_15(before, after)


# ------------------------------------------------------------------ 12.5 adjusted_difference


def _ad_15(before, after, crude_over=None, weight=lambda d0, d1: d0 + d1, turned=None, common=None):
    def ratio(p, names):
        d = sum(p[s][1] for s in names if s in p)
        return sum(p[s][0] for s in names if s in p) / d if d > 0 else math.nan

    both = [s for s in before if s in after and before[s][1] > 0 and after[s][1] > 0]
    if common:
        both = common(both)
    names = crude_over(both) if crude_over else [*before, *[s for s in after if s not in before]]
    crude = ratio(after, names) - ratio(before, names)
    w = [weight(before[s][1], after[s][1]) for s in both]
    if not both:
        return crude, math.nan, False
    change = [after[s][0] / after[s][1] - before[s][0] / before[s][1] for s in both]
    adjusted = sum(a * b for a, b in zip(w, change)) / sum(w)
    if turned:
        return crude, adjusted, bool(turned(crude, adjusted, change))
    return crude, adjusted, bool(max(crude, adjusted) > 1e-12 and min(crude, adjusted) < -1e-12)


def adjusted_difference__right_plain(before, after):
    return _ad_15(before, after)


def adjusted_difference__right_numpy_15(before, after):
    b, a = (
        np.array(list(before.values()), float).reshape(-1, 2),
        np.array(list(after.values()), float).reshape(-1, 2),
    )
    if b[:, 1].sum() == 0 or a[:, 1].sum() == 0:
        return math.nan, math.nan, False
    crude = a[:, 0].sum() / a[:, 1].sum() - b[:, 0].sum() / b[:, 1].sum()
    both = [s for s in after if s in before and after[s][1] and before[s][1]]
    if not both:
        return float(crude), math.nan, False
    x, y = np.array([before[s] for s in both], float), np.array([after[s] for s in both], float)
    adjusted = np.average(y[:, 0] / y[:, 1] - x[:, 0] / x[:, 1], weights=x[:, 1] + y[:, 1])
    turned = (crude > 1e-12 and adjusted < -1e-12) or (crude < -1e-12 and adjusted > 1e-12)
    return float(crude), float(adjusted), bool(turned)


def adjusted_difference__right_pandas_15(before, after):
    x = pd.DataFrame(before, index=["n", "d"]).T.astype(float)
    y = pd.DataFrame(after, index=["n", "d"]).T.astype(float)
    crude = math.nan
    if x["d"].sum() > 0 and y["d"].sum() > 0:
        crude = float(y["n"].sum() / y["d"].sum() - x["n"].sum() / x["d"].sum())
    j = x[x["d"] > 0].join(y[y["d"] > 0], how="inner", lsuffix="0", rsuffix="1")
    if len(j) == 0:
        return crude, math.nan, False
    w = j["d0"] + j["d1"]
    adjusted = float((w * (j["n1"] / j["d1"] - j["n0"] / j["d0"])).sum() / w.sum())
    return (
        crude,
        adjusted,
        (crude > 1e-12 > -1e-12 > adjusted) or (adjusted > 1e-12 > -1e-12 > crude),
    )


def adjusted_difference__wrong_crude_over_common(before, after):
    """crude is taken over the common strata only; shows for a stratum of one period."""
    return _ad_15(before, after, crude_over=lambda both: both)


def adjusted_difference__wrong_weights_before_15(before, after):
    """Weighted by the denominators before alone; shows when the changes differ."""
    return _ad_15(before, after, weight=lambda a, b: a)


def adjusted_difference__wrong_equal_weights(before, after):
    """The plain mean of the changes."""
    return _ad_15(before, after, weight=lambda a, b: 1)


def adjusted_difference__wrong_harmonic_weights_15(before, after):
    """Weights of Mantel and Haenszel, d0 d1 / (d0 + d1), instead of the sum."""
    return _ad_15(before, after, weight=lambda a, b: a * b / (a + b))


def adjusted_difference__wrong_sign_without_tolerance(before, after):
    """turned is crude * adjusted < 0: a difference of 1e-17 from rounding turns."""
    return _ad_15(before, after, turned=lambda c, a, ch: c * a < 0)


def adjusted_difference__wrong_product_beyond_tolerance(before, after):
    """turned is crude * adjusted < -1e-12: two small opposite differences of 1e-7 do not turn."""
    return _ad_15(before, after, turned=lambda c, a, ch: c * a < -1e-12)


def adjusted_difference__wrong_all_strata_must_turn(before, after):
    """turned only if every common stratum moves against the total (Simpson), not the adjusted difference."""
    return _ad_15(
        before, after, turned=lambda c, a, ch: all(c * x < 0 for x in ch) and abs(c) > 1e-12
    )


def adjusted_difference__wrong_zero_is_another_sign(before, after):
    """turned when the signs differ, where 0 differs from both: an adjusted difference of 0 turns."""
    return _ad_15(
        before, after, turned=lambda c, a, ch: np.sign(round(c, 12)) != np.sign(round(a, 12))
    )


def adjusted_difference__wrong_zero_denominator_is_rate_zero(before, after):
    """A stratum with denominator 0 in one period is taken in with a ratio of 0; shows for (0, 0) against (5, 10)."""
    crude, _, _ = _ad_15(before, after)
    both = [s for s in before if s in after and before[s][1] + after[s][1] > 0]
    if not both:
        return crude, math.nan, False
    f = lambda v: v[0] / v[1] if v[1] else 0.0  # noqa: E731
    w = [before[s][1] + after[s][1] for s in both]
    adj = sum(k * (f(after[s]) - f(before[s])) for k, s in zip(w, both)) / sum(w)
    return crude, adj, bool((crude > 1e-12 and adj < -1e-12) or (crude < -1e-12 and adj > 1e-12))


def adjusted_difference__wrong_no_common_is_crude(before, after):
    """Without a common stratum adjusted is crude, not NaN."""
    c, a, t = _ad_15(before, after)
    return (c, c, False) if math.isnan(a) else (c, a, t)


def adjusted_difference__wrong_no_common_crude_nan(before, after):
    """Without a common stratum crude is NaN as well, though both periods have denominators."""
    c, a, t = _ad_15(before, after)
    return (math.nan, a, t) if math.isnan(a) else (c, a, t)


def adjusted_difference__wrong_empty_period_zero(before, after):
    """A period without a denominator has the ratio 0, so crude is a number instead of NaN."""
    c, a, t = _ad_15(before, after)
    if math.isnan(c):
        f = lambda p: (lambda n, d: n / d if d else 0.0)(
            sum(v[0] for v in p.values()), sum(v[1] for v in p.values())
        )  # noqa: E731
        c = f(after) - f(before)
    return c, a, t


# ------------------------------------------------------------------ 12.6 kill_decomposition

_KD_CASES_15 = [
    ({"app": (40, 100), "web": (20, 100)}, {"app": (10, 50), "web": (33, 150)}),
    (
        {"still": (20, 100), "gone": (30, 50), "x": (5, 50)},
        {"still": (40, 200), "new": (9, 120), "x": (30, 80)},
    ),
    ({"a": (3, 10)}, {"a": (7, 35)}),
    ({"a": (3, 10)}, {"b": (7, 35)}),
    ({"a": (2, 10), "b": (6, 20), "c": (1, 10)}, {"c": (4, 30), "b": (18, 60), "a": (8, 30)}),
    ({"b": (0.5, 2.5), "a": (90, 30)}, {"a": (2, 3), "b": (1, 4), "d": (1, 1)}),
]


def _kd_scale(p, k):
    return {s: (n * k, d * k) for s, (n, d) in p.items()}


def _kd_total_15(p):
    return sum(n for n, _ in p.values()) / sum(d for _, d in p.values())


def _kd_check(
    fn, before, after, adds=True, swap=True, still=True, scale=True, keys=True, whole=True
):
    b, a = copy.deepcopy(before), copy.deepcopy(after)
    got = dict(fn(b, a))
    if whole and (b != before or a != after or list(b) != list(before) or list(a) != list(after)):
        return False
    if keys and set(got) != {*before, *after}:
        return False
    if adds and not abs(sum(got.values()) - (_kd_total_15(after) - _kd_total_15(before))) < 1e-9:
        return False
    if swap:
        back = fn(copy.deepcopy(after), copy.deepcopy(before))
        if any(not abs(back[s] + got[s]) < 1e-9 for s in got):
            return False
    if still:
        d0, d1 = sum(d for _, d in before.values()), sum(d for _, d in after.values())
        for s in set(before) & set(after):
            (n, d), (m, e) = before[s], after[s]
            if (
                abs(d / d0 - e / d1) < 1e-12
                and abs(n / d - m / e) < 1e-12
                and not abs(got[s]) < 1e-9
            ):
                return False
    if scale:
        for x, y in ((_kd_scale(before, 10), after), (before, _kd_scale(after, 10))):
            more = fn(copy.deepcopy(x), copy.deepcopy(y))
            if set(more) != set(got) or any(not abs(more[s] - got[s]) < 1e-9 for s in got):
                return False
    return True


def kill_decomposition__right_all_properties(fn):
    try:
        return all(_kd_check(fn, b, a) for b, a in _KD_CASES_15)
    except Exception:
        return False


def kill_decomposition__right_random_15(fn):
    rng = np.random.default_rng(5)
    for _ in range(40):
        before = {
            s: (int(rng.integers(1, 40)), int(rng.integers(40, 200)))
            for s in "abcd"
            if rng.random() < 0.8
        }
        after = {
            s: (int(rng.integers(1, 40)), int(rng.integers(40, 200)))
            for s in "dcbae"
            if rng.random() < 0.8
        }
        if not before or not after:
            continue
        # a still segment: a tenth of each period, with a ratio of 0.25
        before["s"] = (
            sum(d for _, d in before.values()) / 36,
            sum(d for _, d in before.values()) / 9,
        )
        after["s"] = (sum(d for _, d in after.values()) / 36, sum(d for _, d in after.values()) / 9)
        if not _kd_check(fn, before, after):
            return False
    return all(_kd_check(fn, b, a) for b, a in _KD_CASES_15)


def kill_decomposition__right_two_cases_15(fn):
    for before, after in (_KD_CASES_15[0], _KD_CASES_15[1]):
        try:
            if not _kd_check(fn, before, after):
                return False
        except (KeyError, ZeroDivisionError, TypeError, AttributeError, ValueError):
            return False
    return True


def kill_decomposition__wrong_only_adds_up(fn):
    """Only the sum is checked: mix at the old rates and other wrong ones add up too."""
    return all(
        _kd_check(fn, b, a, swap=False, still=False, scale=False, keys=False, whole=False)
        for b, a in _KD_CASES_15
    )


def kill_decomposition__wrong_known_values_15(fn):
    """Compares with the values of one decomposition (centre: mean of totals); right ones with another centre are rejected."""
    for b, a in _KD_CASES_15:
        want = {s: m + r for s, (m, r) in _mr_15(b, a).items()}
        got = fn(dict(b), dict(a))
        if any(abs(got[s] - want[s]) > 1e-9 for s in want):
            return False
    return True


def kill_decomposition__wrong_same_segments_only(fn):
    """One case with one segment in both periods: swaps, stillness and new segments are hardly asked."""
    return _kd_check(fn, {"a": (3, 10)}, {"a": (7, 35)})


def kill_decomposition__wrong_swap_is_equal(fn):
    """Expects equal contributions after a swap, without the opposite sign: right ones are rejected."""
    b, a = _KD_CASES_15[0]
    x, y = fn(dict(b), dict(a)), fn(dict(a), dict(b))
    return all(abs(x[s] - y[s]) < 1e-9 for s in x)


def kill_decomposition__wrong_outside_the_contract(fn):
    """Gives an empty period and expects a ValueError; right ones may fail in another way or not at all."""
    try:
        fn({"a": (1, 2)}, {})
    except ValueError:
        return kill_decomposition__right_all_properties(fn)
    return False


def kill_decomposition__wrong_same_counts_are_still(fn):
    """Takes a segment with the same numerator and denominator for still, although its share moves when the others grow: right ones are rejected."""
    before, after = {"a": (10, 100), "b": (50, 100)}, {"a": (10, 100), "b": (150, 300)}
    return abs(
        fn(dict(before), dict(after))["a"]
    ) < 1e-9 and kill_decomposition__right_all_properties(fn)


def kill_decomposition__wrong_scales_one_segment(fn):
    """Ten times one segment alone must change no contribution, the test says; it changes the shares, so right ones are rejected."""
    b, a = _KD_CASES_15[0]
    x = fn(dict(b), dict(a))
    y = fn({**b, "app": (400, 1000)}, dict(a))
    return all(abs(x[s] - y[s]) < 1e-9 for s in x)


def kill_decomposition__wrong_exact_equality(fn):
    """The sum is compared with ==: right ones differ by rounding and are rejected."""
    rng = np.random.default_rng(1)
    for _ in range(50):
        b = {s: (float(rng.random() + 0.1), float(rng.random() + 1)) for s in "abcdefg"}
        a = {s: (float(rng.random() + 0.1), float(rng.random() + 1)) for s in "abcdefg"}
        if sum(fn(dict(b), dict(a)).values()) != _kd_total_15(a) - _kd_total_15(b):
            return False
    return True


def kill_decomposition__wrong_nan_passes(fn):
    """Errors are compared as `abs(x) > 1e-9`, which is never true of NaN, and only the sum and the keys are looked at."""
    for b, a in _KD_CASES_15:
        got = fn(dict(b), dict(a))
        if (
            set(got) != {*b, *a}
            or abs(sum(got.values()) - (_kd_total_15(a) - _kd_total_15(b))) > 1e-9
        ):
            return False
    return True


# ------------------------------------------------------------------ find_cause

_FC_DIMS_15 = ("city", "channel", "device", "category")


def _fc_groups_15(case, pairs=True):
    for d in _FC_DIMS_15:
        for v in case[d].unique():
            yield {d: int(v)}, (case[d] == v).to_numpy()
    if pairs:
        for d, e in combinations(_FC_DIMS_15, 2):
            for v, w in case[[d, e]].drop_duplicates().itertuples(index=False):
                yield {d: int(v), e: int(w)}, ((case[d] == v) & (case[e] == w)).to_numpy()


def _fc_best(case, score, pairs=True):
    best, top = None, -math.inf
    for group, mask in _fc_groups_15(case, pairs):
        s = score(mask)
        if s > top:
            best, top = group, s
    return best


def _fc_deviance(case):
    e, a = case["expected"].to_numpy(float), case["actual"].to_numpy(float)
    var = e + 0.0625 * e**2

    def score(mask):
        if mask.all():
            return -math.inf
        level = a[~mask].sum() / e[~mask].sum()
        f = (a[mask] * e[mask] / var[mask]).sum() / (e[mask] ** 2 / var[mask]).sum() / level
        if f >= 1:
            return -1e9 + (1 - f)
        before = ((a[mask] - level * e[mask]) ** 2 / var[mask]).sum()
        after = ((a[mask] - f * level * e[mask]) ** 2 / var[mask]).sum()
        return before - after

    return score


def find_cause__right_weighted_fit(cases):
    return [_fc_best(c, _fc_deviance(c)) for c in cases]


def find_cause__right_log_ratio(cases):
    """Weighted mean log ratio of a group against the rest, squared over its variance."""
    out = []
    for c in cases:
        e, a = c["expected"].to_numpy(float), c["actual"].to_numpy(float)
        w = 1 / (1 / e + 0.0625)
        x = np.log((a + 0.5) / e)

        def score(mask, w=w, x=x):
            if mask.all():
                return -math.inf
            g, r = w[mask].sum(), w[~mask].sum()
            d = (w * x)[mask].sum() / g - (w * x)[~mask].sum() / r
            return -math.copysign(d * d / (1 / g + 1 / r), d)

        out.append(_fc_best(c, score))
    return out


def find_cause__right_groupby_sums(cases):
    """The same idea with sums from groupby instead of masks."""
    out = []
    for c in cases:
        w = 1 / (1 / c["expected"] + 0.0625)
        x = np.log((c["actual"] + 0.5) / c["expected"])
        t = c[list(_FC_DIMS_15)].assign(w=w, wx=w * x)
        all_w, all_wx = t["w"].sum(), t["wx"].sum()
        found = []
        for size in (1, 2):
            for dims in combinations(_FC_DIMS_15, size):
                g = t.groupby(list(dims))[["w", "wx"]].sum()
                rest = (all_w - g["w"]).where(lambda r: r > 1e-9)
                d = g["wx"] / g["w"] - (all_wx - g["wx"]) / rest
                z = (d / np.sqrt(1 / g["w"] + 1 / rest)).dropna()
                if len(z):
                    key = z.idxmin()
                    found.append((z.min(), size, dims, key if isinstance(key, tuple) else (key,)))
        _, _, dims, key = min(found, key=lambda f: (round(f[0], 9), f[1]))
        out.append({d: int(v) for d, v in zip(dims, key)})
    return out


def find_cause__right_two_level_likelihood(cases):
    """Normal log ratios with two levels: the group whose two means explain most of the squared error."""
    out = []
    for c in cases:
        e, a = c["expected"].to_numpy(float), c["actual"].to_numpy(float)
        w, x = e / (1 + 0.0625 * e), np.log((a + 0.5) / e)
        groups = [(g, m) for g, m in _fc_groups_15(c) if not m.all()]
        M = np.array([m for _, m in groups], float)
        inside, outside = M @ w, (1 - M) @ w
        mi, mo = M @ (w * x) / inside, (1 - M) @ (w * x) / outside
        explained = np.where(mi < mo, inside * mi**2 + outside * mo**2, -np.inf)
        out.append(groups[int(np.argmax(np.round(explained, 9)))][0])
    return out


def find_cause__wrong_largest_absolute_fall(cases):
    """The single value with the largest absolute fall: the score from which points begin to rise."""
    return [
        _fc_best(c, lambda m, c=c: float((c["expected"] - c["actual"])[m].sum()), pairs=False)
        for c in cases
    ]


def find_cause__wrong_largest_relative_fall(cases):
    """The group with the largest relative fall: tiny groups of one cell win by noise."""
    return [
        _fc_best(c, lambda m, c=c: 1 - c["actual"][m].sum() / c["expected"][m].sum()) for c in cases
    ]


def find_cause__wrong_single_values_only(cases):
    """Only groups of one dimension: pairs are never found."""
    return [_fc_best(c, _fc_deviance(c), pairs=False) for c in cases]


def find_cause__wrong_rises_too(cases):
    """The largest absolute deviation in either direction: noise that rises may win, and groups that fell least."""
    return [
        _fc_best(c, lambda m, c=c: abs(float(c["actual"][m].sum() / c["expected"][m].sum()) - 1))
        for c in cases
    ]


def find_cause__wrong_values_as_text(cases):
    """The values are text, not whole numbers."""
    return [{d: str(v) for d, v in g.items()} for g in find_cause__right_log_ratio(cases)]


def find_cause__wrong_always_a_pair(cases):
    """Pairs alone are tried: for a cause of one value only a part of the group is found."""
    out = []
    for c in cases:
        score, best, top = _fc_deviance(c), None, -math.inf
        for g, m in _fc_groups_15(c):
            if len(g) == 2 and score(m) > top:
                best, top = g, score(m)
        out.append(best)
    return out


def find_cause__wrong_first_case_for_all(cases):
    """The groups of the first case are returned for every case (a cache without a key)."""
    first = find_cause__right_log_ratio(cases[:1])
    return first * len(cases)


def find_cause__wrong_two_best_singles(cases):
    """Pairs of the worst two single values, although no cell may have both: the group can be empty."""
    out = []
    for c in cases:
        score, best = _fc_deviance(c), {}
        for d in _FC_DIMS_15:
            best[d] = max(((score((c[d] == v).to_numpy()), int(v)) for v in c[d].unique()))
        two = sorted(best, key=lambda d: -best[d][0])[:2]
        out.append({d: best[d][1] for d in two})
    return out


TRUE |= {
    "break_diagnosis__wrong_equal_visits_15": ("equal_visits",),
    "break_diagnosis__wrong_same_error_in_both_weeks": ("equal_visits",),
    "break_diagnosis__wrong_orderless_row_before_the_weeks": ("every_row_ordered",),
    "break_diagnosis__wrong_whale_and_the_rest_fall": ("whale_with_followers",),
    "break_diagnosis__wrong_whale_buys_more": ("whale_with_followers",),
    "weekday_band__wrong_negative_positions_wrap_15": ("negative_positions_wrap",),
    "weekday_band__wrong_replaced_by_older": ("left_out_are_replaced",),
    "weekday_band__wrong_count_before_nan": ("closed_days_make_up_the_number",),
    "weekday_band__wrong_five_needed_15": ("four_are_too_few",),
    "weekday_band__wrong_slice_reads_today": ("judged_day_included",),
    "weekday_band__wrong_mean_absolute_deviation": ("mean_of_the_deviations",),
    "gmv_effects__wrong_arithmetic_mean_15": ("arithmetic_mean",),
    "gmv_effects__wrong_gone_is_always_users": ("money_never_receives",),
    "mix_and_rate__wrong_centre_before_15": ("centred_on_before",),
    "mix_and_rate__wrong_centre_zero": ("mix_not_centred",),
    "mix_and_rate__wrong_missing_rate_zero_15": ("absent_rate_is_zero",),
    "mix_and_rate__wrong_common_segments": ("segments_of_both_only",),
    "mix_and_rate__wrong_empty_segment_left_out": ("empty_segments_lost",),
    "mix_and_rate__wrong_rate_at_old_shares_mix_at_new_rates": ("interaction_to_mix",),
    "adjusted_difference__wrong_crude_over_common": ("crude_of_common_strata",),
    "adjusted_difference__wrong_weights_before_15": ("weights_of_before",),
    "adjusted_difference__wrong_equal_weights": ("strata_count_alike",),
    "adjusted_difference__wrong_harmonic_weights_15": ("weights_of_precision",),
    "adjusted_difference__wrong_sign_without_tolerance": ("last_digits_turn",),
    "adjusted_difference__wrong_all_strata_must_turn": ("every_stratum_must_turn",),
    "adjusted_difference__wrong_zero_is_another_sign": ("zero_counts_as_turned",),
    "kill_decomposition__wrong_known_values_15": ("compares_with_own_values",),
    "kill_decomposition__wrong_swap_is_equal": ("rejects_any_decomposition",),
    "kill_decomposition__wrong_same_counts_are_still": ("rejects_any_decomposition",),
    "kill_decomposition__wrong_scales_one_segment": ("rejects_any_decomposition",),
    "find_cause__wrong_largest_absolute_fall": ("largest_fall",),
}
