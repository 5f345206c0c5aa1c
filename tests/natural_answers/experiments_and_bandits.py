"""Blind bank of answers for notebook 08 (experiments and bandits), written from the statements alone."""

import itertools
import copy
import math
import random
from collections import defaultdict

import numpy as np
import pandas as pd
from scipy import stats
from scipy.optimize import linprog
from sklearn.base import clone
from sklearn.linear_model import LinearRegression
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW
import statistics
from bisect import bisect_left
from scipy import optimize
import bisect
import functools
import heapq
import warnings
from decimal import Decimal
from fractions import Fraction
from scipy import special, stats
from sklearn.preprocessing import StandardScaler
from itertools import product

UNSURE = {}

# ---------------------------------------------------------------- 8.1 break_memo
_HH = [(1, 10, 10), (0, 10, 10)]
_LOG = [(0, 1), (0, 1)]
_MEMO = {
    "post_only": ([(1, 100, 100), (0, 10, 10)], _LOG),
    "recipients_only": ([(1, 10, 30), (0, 10, 20)], _LOG),
    "buyers_only": ([(1, 10, 10), (1, 20, 0), (0, 10, 10)], _LOG),
    "arm_by_clicks": (_HH, [(0, 1), (0, 1), (0, 0), (1, 1), (0, 0), (0, 0), (1, 1), (1, 1)]),
    "arm_from_whole_log": (_HH, [(0, 1), (0, 0), (1, 0), (1, 1), (1, 1), (0, 0)]),
    "rate_in_sample": (_HH, [(0, 1), (0, 0)]),
}


def break_memo__right_table(defect):
    return _MEMO[defect]


def break_memo__right_one_for_all(defect):
    households = [(1, 100, 130), (1, 50, 0), (0, 20, 35), (0, 10, 20)]
    # first half: arm 0 has 2 of 3, arm 1 has 1 of 1, arm 2 has 0 of 2; arm 1 is the best.
    log = [
        (0, 1),
        (0, 1),
        (0, 0),
        (1, 1),
        (2, 0),
        (2, 0),
        (1, 0),
        (1, 0),
        (1, 1),
        (0, 1),
        (0, 1),
        (2, 0),
    ]
    return households, log


def break_memo__right_not_shown_again(defect):
    households, log = [(1, 5, 5), (0, 5, 5)], [(3, 1), (3, 1)]
    if defect == "post_only":
        households = [(1, 9, 9), (0, 5, 5)]
    elif defect == "recipients_only":
        households = [(1, 5, 8), (0, 5, 8)]
    elif defect == "buyers_only":
        households = [(1, 5, 5), (0, 5, 5), (0, 9, 0)]
    elif defect == "arm_by_clicks":
        log = [(3, 1), (3, 1), (3, 0), (4, 1), (3, 0), (3, 0), (3, 0), (4, 1)]
    elif defect == "arm_from_whole_log":
        log = [(3, 1), (3, 1), (4, 0), (4, 1), (3, 0), (3, 0), (4, 1), (4, 1)]
    elif defect == "rate_in_sample":
        log = [(3, 1), (4, 0), (4, 1), (4, 0)]  # arm 3 is not shown in the second half: NaN
    return households, log


def _memo_but(defect, which, instead):
    return instead if defect == which else _MEMO[defect]


def break_memo__wrong_same_spending_before(defect):
    """For post_only both groups spent the same before, so the difference after is the difference in differences."""
    return _memo_but(defect, "post_only", ([(1, 50, 90), (0, 50, 60)], _LOG))


def break_memo__wrong_means_alike_before(defect):
    """For post_only single households differ before, but the means of both groups are equal, so nothing differs."""
    return _memo_but(defect, "post_only", ([(1, 100, 120), (1, 20, 30), (0, 60, 70)], _LOG))


def break_memo__wrong_others_unchanged(defect):
    """For recipients_only the others do not change, so the change of the recipients is the whole effect."""
    return _memo_but(defect, "recipients_only", ([(1, 10, 30), (0, 80, 80)], _LOG))


def break_memo__wrong_others_change_on_balance_not(defect):
    """For recipients_only two other households change by +10 and -10: their mean change is 0 and nothing differs."""
    return _memo_but(defect, "recipients_only", ([(1, 10, 30), (0, 20, 30), (0, 20, 10)], _LOG))


def break_memo__wrong_silent_before(defect):
    """For buyers_only the household spent nothing before the campaign; the flaw leaves out those that spent nothing after it."""
    return _memo_but(defect, "buyers_only", ([(1, 10, 10), (1, 0, 20), (0, 10, 10)], _LOG))


def break_memo__wrong_silent_always(defect):
    """For buyers_only the silent household has change 0 like all others of its group, so leaving it out changes no mean."""
    return _memo_but(defect, "buyers_only", ([(1, 10, 10), (1, 0, 0), (0, 10, 15)], _LOG))


def break_memo__wrong_most_clicks_is_best_rate(defect):
    """For arm_by_clicks the arm with most clicks also has the highest rate."""
    return _memo_but(
        defect,
        "arm_by_clicks",
        (_HH, [(0, 1), (0, 1), (1, 1), (1, 0), (0, 0), (0, 1), (1, 1), (1, 1)]),
    )


def break_memo__wrong_tie_in_clicks(defect):
    """For arm_by_clicks both arms have one click, and of equal ones the lower number, which also has the better rate, is taken by both."""
    return _memo_but(
        defect, "arm_by_clicks", (_HH, [(0, 1), (1, 1), (1, 0), (0, 1), (0, 0), (1, 1)])
    )


def break_memo__unsure_clicks_differ_in_second_half(defect):
    """For arm_by_clicks the many clicks come in the second half, which neither version uses to choose."""
    return _memo_but(
        defect, "arm_by_clicks", (_HH, [(0, 1), (0, 1), (1, 0), (1, 1), (1, 1), (1, 1)])
    )


def break_memo__wrong_second_half_agrees(defect):
    """For arm_from_whole_log the winner of the first half also wins on the whole log."""
    return _memo_but(
        defect, "arm_from_whole_log", (_HH, [(0, 1), (0, 1), (1, 0), (0, 1), (1, 1), (1, 0)])
    )


def break_memo__wrong_second_half_not_enough(defect):
    """For arm_from_whole_log the other arm wins the second half but not both halves together."""
    return _memo_but(
        defect,
        "arm_from_whole_log",
        (_HH, [(0, 1), (0, 1), (0, 1), (1, 0), (0, 0), (0, 1), (1, 1), (1, 1)]),
    )


def break_memo__wrong_same_rate_in_both_halves(defect):
    """For rate_in_sample the arm has the same click rate in both halves."""
    return _memo_but(defect, "rate_in_sample", (_HH, [(0, 1), (0, 0), (0, 0), (0, 1)]))


def break_memo__wrong_other_arm_changes(defect):
    """For rate_in_sample the arm that was not chosen changes its rate; that of the chosen arm stays 1."""
    return _memo_but(defect, "rate_in_sample", (_HH, [(0, 1), (1, 0), (0, 1), (1, 1)]))


def break_memo__wrong_odd_log(defect):
    """For rate_in_sample the log has three rows; it must have an even number."""
    return _memo_but(defect, "rate_in_sample", (_HH, [(0, 1), (0, 0), (0, 0)]))


def break_memo__wrong_nobody_untreated(defect):
    """For post_only all households were sent the campaign; at least one must not be."""
    return _memo_but(defect, "post_only", ([(1, 100, 100), (1, 10, 10)], _LOG))


# ---------------------------------------------------------------- 8.2 ab_readout
def ab_readout__right_by_hand(treated, control):
    a, b = np.asarray(treated, float), np.asarray(control, float)
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    d = a.mean() - b.mean()
    if va + vb == 0:
        return d, d, d
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    half = stats.t.ppf(0.975, df) * math.sqrt(va + vb)
    return float(d), float(d - half), float(d + half)


def ab_readout__right_scipy(treated, control):
    a, b = [float(v) for v in treated], [float(v) for v in control]
    d = np.mean(a) - np.mean(b)
    if len(set(a)) == 1 and len(set(b)) == 1:
        return d, d, d
    ci = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    return d, ci.low, ci.high


def ab_readout__right_statsmodels(treated, control):
    a, b = list(map(float, treated)), list(map(float, control))
    d = sum(a) / len(a) - sum(b) / len(b)
    if max(a) == min(a) and max(b) == min(b):
        return (d,) * 3
    low, high = CompareMeans(DescrStatsW(a), DescrStatsW(b)).tconfint_diff(0.05, usevar="unequal")
    return d, low, high


def _ab(treated, control, half, ddof=1):
    a, b = np.asarray(treated, float), np.asarray(control, float)
    va, vb = a.var(ddof=ddof) / len(a), b.var(ddof=ddof) / len(b)
    d = a.mean() - b.mean()
    if va + vb == 0:
        return d, d, d
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    h = half(va, vb, df, len(a), len(b))
    return float(d), float(d - h), float(d + h)


def ab_readout__wrong_pooled_variance(treated, control):
    """Student's test with one common variance and n1 + n2 - 2 degrees of freedom, not Welch's (docstring: 2 ± 3.58)."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    d = float(a.mean() - b.mean())
    n, m = len(a), len(b)
    v = ((n - 1) * a.var(ddof=1) + (m - 1) * b.var(ddof=1)) / (n + m - 2)
    h = stats.t.ppf(0.975, n + m - 2) * math.sqrt(v * (1 / n + 1 / m))
    return d, d - h, d + h


def ab_readout__wrong_normal_quantile(treated, control):
    """1.96 instead of the t quantile: too narrow in small samples (docstring: 2 ± 2.53)."""
    return _ab(treated, control, lambda va, vb, df, n, m: 1.96 * math.sqrt(va + vb))


def ab_readout__wrong_population_variance(treated, control):
    """np.var's default ddof = 0: the variances divide by n and the interval is too narrow."""
    return _ab(
        treated,
        control,
        lambda va, vb, df, n, m: stats.t.ppf(0.975, df) * math.sqrt(va + vb),
        ddof=0,
    )


def ab_readout__wrong_one_sided_quantile(treated, control):
    """The 0.95 quantile instead of 0.975: a 90 % interval."""
    return _ab(
        treated, control, lambda va, vb, df, n, m: stats.t.ppf(0.95, df) * math.sqrt(va + vb)
    )


def ab_readout__wrong_df_sum(treated, control):
    """Welch's standard error with n1 + n2 - 2 degrees of freedom: too narrow where the variances differ."""
    return _ab(
        treated,
        control,
        lambda va, vb, df, n, m: stats.t.ppf(0.975, n + m - 2) * math.sqrt(va + vb),
    )


def ab_readout__wrong_df_smaller_arm(treated, control):
    """The conservative min(n1, n2) - 1 degrees of freedom instead of Welch's: too wide."""
    return _ab(
        treated,
        control,
        lambda va, vb, df, n, m: stats.t.ppf(0.975, min(n, m) - 1) * math.sqrt(va + vb),
    )


def ab_readout__wrong_errors_added(treated, control):
    """Adds the two standard errors instead of the variances: too wide."""
    return _ab(
        treated,
        control,
        lambda va, vb, df, n, m: stats.t.ppf(0.975, df) * (math.sqrt(va) + math.sqrt(vb)),
    )


def ab_readout__wrong_not_divided_by_n(treated, control):
    """The variances of single values are added, not those of the means: the interval does not shrink with n."""
    return _ab(
        treated,
        control,
        lambda va, vb, df, n, m: stats.t.ppf(0.975, df) * math.sqrt(va * n + vb * m),
    )


def ab_readout__wrong_common_n(treated, control):
    """Divides both variances by the size of the treated arm: wrong where the arms differ in size."""
    return _ab(
        treated,
        control,
        lambda va, vb, df, n, m: stats.t.ppf(0.975, df) * math.sqrt(va + vb * m / n),
    )


def ab_readout__wrong_control_less_treated(treated, control):
    """The sign is turned round: control less treated (fails the docstring example)."""
    d, low, high = ab_readout__right_by_hand(control, treated)
    return d, low, high


def ab_readout__wrong_constant_arms_nan(treated, control):
    """If neither arm varies the degrees of freedom are 0 / 0, and both ends are NaN instead of the difference."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    with np.errstate(all="ignore"):
        df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
        half = stats.t.ppf(0.975, df) * np.sqrt(va + vb)
    d = a.mean() - b.mean()
    return float(d), float(d - half), float(d + half)


def ab_readout__wrong_one_constant_arm_is_enough(treated, control):
    """Returns the difference three times as soon as one arm does not vary; the other arm's noise is lost."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    if a.var() == 0 or b.var() == 0:
        d = float(a.mean() - b.mean())
        return d, d, d
    return ab_readout__right_by_hand(a, b)


def ab_readout__wrong_bootstrap(treated, control):
    """A percentile bootstrap instead of Welch's interval: other numbers, far too narrow with three units."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    rng = np.random.default_rng(0)
    d = rng.choice(a, (2000, len(a))).mean(axis=1) - rng.choice(b, (2000, len(b))).mean(axis=1)
    return float(a.mean() - b.mean()), *map(float, np.quantile(d, [0.025, 0.975]))


def ab_readout__wrong_paired(treated, control):
    """A paired interval of treated[i] - control[i]: the units are not pairs, and arms of different size raise an error."""
    d = np.asarray(treated, float) - np.asarray(control, float)
    half = stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def ab_readout__wrong_half_width(treated, control):
    """Returns difference, standard error and half width instead of the two ends."""
    d, low, high = ab_readout__right_by_hand(treated, control)
    return d, (high - low) / 2, (high - low) / 2


# ---------------------------------------------------------------- 8.3 cuped
_welch = ab_readout__right_by_hand


def cuped__right_dot_products(y, x, t):
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = x - x.mean()
    slope = (c @ y) / (c @ c) if np.ptp(x) > 0 else 0.0
    rest = y - slope * c
    return _welch(rest[t == 1], rest[t == 0])


def cuped__right_np_cov(y, x, t):
    y, x, t = np.array(list(y), float), np.array(list(x), float), np.array(list(t)).astype(bool)
    S = np.cov(x, y)
    theta = S[0, 1] / S[0, 0] if x.min() < x.max() else 0.0
    adj = y - theta * (x - x.mean())
    return _welch(adj[t], adj[~t])


def cuped__right_regression_residuals(y, x, t):
    y, x, t = np.asarray(y, float), np.asarray(x, float).reshape(-1, 1), np.asarray(t)
    res = y - LinearRegression().fit(x, y).predict(x) + y.mean()
    return ab_readout__right_scipy(res[t == 1], res[t == 0])


def cuped__right_not_centred(y, x, t):
    # Centring shifts both arms by the same number, so the difference and its interval stay.
    x_list, y_list = [float(v) for v in x], [float(v) for v in y]
    slope = 0.0 if min(x_list) == max(x_list) else stats.linregress(x_list, y_list).slope
    arms = {0: [], 1: []}
    for a, b, c in zip(y_list, x_list, t):
        arms[int(c)].append(a - slope * b)
    return _welch(arms[1], arms[0])


def _cuped(y, x, t, slope):
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    s = slope(y, x, t) if np.ptp(x) > 0 else 0.0
    rest = y - s * (x - x.mean())
    return _welch(rest[t == 1], rest[t == 0])


def _slope(y, x):
    c = x - x.mean()
    return (c @ y) / (c @ c) if np.ptp(x) > 0 else 0.0


def cuped__wrong_ddof_mixed(y, x, t):
    """np.cov divides by n - 1 and np.var by n: the slope is n / (n - 1) times too large; it shows most in small experiments (docstring: 1.6 instead of 1.2)."""
    return _cuped(y, x, t, lambda y, x, t: np.cov(x, y)[0, 1] / np.var(x))


def cuped__wrong_slope_of_control(y, x, t):
    """The slope is computed in the control arm alone, not over both arms together."""
    return _cuped(y, x, t, lambda y, x, t: _slope(y[t == 0], x[t == 0]))


def cuped__wrong_slope_within_arms(y, x, t):
    """The slope of a regression of y on x and t (ANCOVA): within the arms, not one simple regression over all units."""
    return _cuped(
        y,
        x,
        t,
        lambda y, x, t: np.linalg.lstsq(np.column_stack([np.ones(len(y)), x, t]), y, rcond=None)[0][
            1
        ],
    )


def cuped__wrong_slope_per_arm(y, x, t):
    """Each arm has its own slope (centred over all units); it shows where the arms' slopes differ."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = x - x.mean()
    a, b = t == 1, t == 0
    return _welch(y[a] - _slope(y[a], x[a]) * c[a], y[b] - _slope(y[b], x[b]) * c[b])


def cuped__wrong_centred_per_arm(y, x, t):
    """x is centred within each arm, so the past difference between the arms is not removed (docstring: the difference stays 5)."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    s, a, b = _slope(y, x), t == 1, t == 0
    return _welch(y[a] - s * (x[a] - x[a].mean()), y[b] - s * (x[b] - x[b].mean()))


def cuped__wrong_slope_one(y, x, t):
    """Subtracts the past itself (slope 1), as in a difference in differences."""
    return _cuped(y, x, t, lambda y, x, t: 1.0)


def cuped__wrong_slope_inverted(y, x, t):
    """Divides the covariance by the variance of y: the slope of x on y."""
    return _cuped(
        y, x, t, lambda y, x, t: np.cov(x, y)[0, 1] / y.var(ddof=1) if y.var() > 0 else 0.0
    )


def cuped__wrong_correlation(y, x, t):
    """Uses the correlation instead of the slope; right only if x and y have the same spread."""
    return _cuped(y, x, t, lambda y, x, t: np.corrcoef(x, y)[0, 1])


def cuped__wrong_through_origin(y, x, t):
    """The slope of a line through the origin, sum(xy) / sum(x squared), without centring."""
    return _cuped(y, x, t, lambda y, x, t: (x @ y) / (x @ x))


def cuped__wrong_sign(y, x, t):
    """Adds the part that the past explains instead of subtracting it: more noise."""
    return _cuped(y, x, t, lambda y, x, t: -_slope(y, x))


def cuped__wrong_constant_past(y, x, t):
    """If x does not vary, 0 / 0 makes everything NaN."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    with np.errstate(all="ignore"):
        c = x - x[0] - (x - x[0]).mean()
        rest = y - np.divide(c @ y, c @ c) * c
    return _welch(rest[t == 1], rest[t == 0])


def cuped__wrong_t_as_index(y, x, t):
    """Indexes with the integers of t (rest[t]) instead of a mask: units 0 and 1 are taken again and again (fails the docstring example)."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t, int)
    rest = y - _slope(y, x) * (x - x.mean())
    return _welch(rest[t], rest[1 - t])


def cuped__wrong_control_less_treated(y, x, t):
    """Control less treated: the sign is turned round."""
    return cuped__right_dot_products(y, x, 1 - np.asarray(t))


def cuped__wrong_normal_interval(y, x, t):
    """1.96 standard errors instead of Welch's interval (ab_readout): too narrow with few units."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    rest = y - _slope(y, x) * (x - x.mean())
    a, b = rest[t == 1], rest[t == 0]
    d, h = a.mean() - b.mean(), 1.96 * math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return d, d - h, d + h


def cuped__wrong_interval_of_raw(y, x, t):
    """The difference is corrected, but the interval has the width of the raw outcome: nothing is gained."""
    d = cuped__right_dot_products(y, x, t)[0]
    y, t = np.asarray(y, float), np.asarray(t)
    raw = _welch(y[t == 1], y[t == 0])
    return d, d - (raw[2] - raw[0]), d + (raw[2] - raw[0])


# ---------------------------------------------------------------- 8.4 first_crossing
def first_crossing__right_loop(z, c):
    K = len(z)
    for k, value in enumerate(z, start=1):
        if abs(value) > c * math.sqrt(K / k):
            return k
    return 0


def first_crossing__right_numpy(z, c):
    z = np.abs(np.asarray(z, float))
    hit = np.flatnonzero(z > c * np.sqrt(len(z) / np.arange(1, len(z) + 1)))
    return int(hit[0]) + 1 if hit.size else 0


def first_crossing__right_next(z, c):
    n = len(z)
    return (
        next((k for k in range(1, n + 1) if abs(z[k - 1]) * math.sqrt(k / n) > c), 0)
        if isinstance(z, list)
        else first_crossing__right_next(list(z), c)
    )


def first_crossing__right_squares(z, c):
    n, out = len(z), [k + 1 for k, v in enumerate(z) if float(v) ** 2 * (k + 1) > c * c * len(z)]
    return min(out, default=0)


def _cross(z, limit, beyond=lambda v, lim: abs(v) > lim):
    return [k for k, v in enumerate(z, start=1) if beyond(v, limit(k, len(z)))]


def first_crossing__wrong_on_the_limit(z, c):
    """>= instead of >: a statistic exactly on its limit stops the experiment; it shows for instance at the last look with |z| = c."""
    return min(
        _cross(z, lambda k, K: c * math.sqrt(K / k), lambda v, lim: abs(v) >= lim), default=0
    )


def first_crossing__wrong_one_sided(z, c):
    """Without the absolute value: a harmful effect (z far below 0) never stops (fails the docstring example)."""
    return min(_cross(z, lambda k, K: c * math.sqrt(K / k), lambda v, lim: v > lim), default=0)


def first_crossing__wrong_constant_limit(z, c):
    """The limit is c at every look (Pocock's shape), not falling with the root of the look (fails the docstring example)."""
    return min(_cross(z, lambda k, K: c), default=0)


def first_crossing__wrong_always_196(z, c):
    """1.96 at every look: this is the peeking that the limits should prevent."""
    return min(_cross(z, lambda k, K: 1.96), default=0)


def first_crossing__wrong_no_root(z, c):
    """The limit is c K / k, without the root: too high at early looks."""
    return min(_cross(z, lambda k, K: c * K / k), default=0)


def first_crossing__wrong_inverted(z, c):
    """The limit is c sqrt(k / K): low at first and rising, the wrong way round."""
    return min(_cross(z, lambda k, K: c * math.sqrt(k / K)), default=0)


def first_crossing__wrong_root_of_k_only(z, c):
    """The limit is c / sqrt(k), so c at the first look instead of at the last."""
    return min(_cross(z, lambda k, K: c / math.sqrt(k)), default=0)


def first_crossing__wrong_limit_of_next_look(z, c):
    """Counts looks from 0 with k + 1 twice: uses the limit of the next look, sqrt(K / (k + 1)), which is too low."""
    return min(_cross(z, lambda k, K: c * math.sqrt(K / (k + 1))), default=0)


def first_crossing__wrong_counted_from_zero(z, c):
    """Returns the position from 0: the first look is 0 and looks like "none"."""
    hit = _cross(z, lambda k, K: c * math.sqrt(K / k))
    return hit[0] - 1 if hit else 0


def first_crossing__wrong_argmax(z, c):
    """argmax of the comparison plus 1: if no look is beyond its limit, argmax is 0 and the answer is 1 instead of 0."""
    z = np.abs(np.asarray(z, float))
    return int(np.argmax(z > c * np.sqrt(len(z) / np.arange(1, len(z) + 1)))) + 1


def first_crossing__wrong_last_crossing(z, c):
    """The last look beyond its limit, not the first; it shows where two or more are."""
    return max(_cross(z, lambda k, K: c * math.sqrt(K / k)), default=0)


def first_crossing__wrong_largest(z, c):
    """Looks only at the largest |z|: an earlier look may already be beyond its limit, or the largest may be below its own while another is not."""
    k = int(np.argmax(np.abs(np.asarray(z, float))))
    return k + 1 if abs(z[k]) > c * math.sqrt(len(z) / (k + 1)) else 0


def first_crossing__wrong_minus_one(z, c):
    """Returns -1 instead of 0 if no look is beyond its limit."""
    return min(_cross(z, lambda k, K: c * math.sqrt(K / k)), default=-1)


def first_crossing__wrong_number_of_crossings(z, c):
    """Returns how many looks are beyond their limits, not which is the first."""
    return len(_cross(z, lambda k, K: c * math.sqrt(K / k)))


def first_crossing__wrong_stops_only_at_the_end(z, c):
    """Only the last look is compared, with c: nothing can stop earlier."""
    return len(z) if len(z) and abs(z[-1]) > c else 0


# ---------------------------------------------------------------- 8.5 ratio_interval
def ratio_interval__right_residuals(revenue, orders):
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    r = u.sum() / d.sum()
    se = (u - r * d).std(ddof=1) / d.mean() / math.sqrt(len(u))
    return float(r), float(r - 1.96 * se), float(r + 1.96 * se)


def ratio_interval__right_covariance(revenue, orders):
    u, d = np.array(list(revenue), float), np.array(list(orders), float)
    if not d.any():
        return (np.nan,) * 3
    S, mu, md = np.cov(u, d), u.mean(), d.mean()
    var = (S[0, 0] / md**2 - 2 * mu / md**3 * S[0, 1] + mu**2 / md**4 * S[1, 1]) / len(u)
    half = 1.96 * math.sqrt(max(var, 0.0))
    return mu / md, mu / md - half, mu / md + half


def ratio_interval__right_plain_python(revenue, orders):
    u, d = [float(v) for v in revenue], [float(v) for v in orders]
    total = sum(d)
    if total == 0:
        return [float("nan")] * 3
    ratio, n = sum(u) / total, len(u)
    rest = [a - ratio * b for a, b in zip(u, d)]
    m = sum(rest) / n
    se = math.sqrt(sum((v - m) ** 2 for v in rest) / (n - 1) / n) / (total / n)
    return [ratio, ratio - 1.96 * se, ratio + 1.96 * se]


def _ratio(u, d, se):
    u, d = np.asarray(u, float), np.asarray(d, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    r = u.sum() / d.sum()
    s = se(u, d, r)
    return float(r), float(r - 1.96 * s), float(r + 1.96 * s)


def ratio_interval__wrong_population_variance(revenue, orders):
    """ddof = 0: the sample variance divides by n instead of n - 1."""
    return _ratio(revenue, orders, lambda u, d, r: (u - r * d).std() / d.mean() / math.sqrt(len(u)))


def ratio_interval__wrong_zero_orders_dropped(revenue, orders):
    """Households with 0 orders are left out: the ratio is the same (if they brought nothing), but n and the mean number of orders change, and so does the error."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    return (
        ratio_interval__right_residuals(u[d > 0], d[d > 0])
        if (d > 0).sum() > 1
        else (math.nan,) * 3
    )


def ratio_interval__wrong_mean_of_ratios(revenue, orders):
    """The mean of the households' own ratios instead of total revenue per total orders; NaN if a household has no orders."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    own = u[d > 0] / d[d > 0]
    se = own.std(ddof=1) / math.sqrt(len(own)) if len(own) > 1 else 0.0
    return float(own.mean()), float(own.mean() - 1.96 * se), float(own.mean() + 1.96 * se)


def ratio_interval__wrong_orders_are_fixed(revenue, orders):
    """Only the revenue varies: its standard error divided by the mean number of orders, as if orders were fixed."""
    return _ratio(revenue, orders, lambda u, d, r: u.std(ddof=1) / d.mean() / math.sqrt(len(u)))


def ratio_interval__wrong_covariance_ignored(revenue, orders):
    """The variances of revenue and orders are added without their covariance: too wide where they vary together."""
    return _ratio(
        revenue,
        orders,
        lambda u, d, r: math.sqrt((u.var(ddof=1) + r**2 * d.var(ddof=1)) / len(u)) / d.mean(),
    )


def ratio_interval__wrong_covariance_once(revenue, orders):
    """The covariance is subtracted once instead of twice."""
    return _ratio(
        revenue,
        orders,
        lambda u, d, r: (
            math.sqrt(
                max(0.0, u.var(ddof=1) + r**2 * d.var(ddof=1) - r * np.cov(u, d)[0, 1]) / len(u)
            )
            / d.mean()
        ),
    )


def ratio_interval__wrong_covariance_ddof_mixed(revenue, orders):
    """np.var divides by n and np.cov by n - 1: the three parts do not fit together, most visibly with few households."""
    return _ratio(
        revenue,
        orders,
        lambda u, d, r: (
            math.sqrt(max(0.0, u.var() + r**2 * d.var() - 2 * r * np.cov(u, d)[0, 1]) / len(u))
            / d.mean()
        ),
    )


def ratio_interval__wrong_divided_by_orders(revenue, orders):
    """Divides by the root of the number of orders: the unit of the error is the order, not the household."""
    return _ratio(
        revenue, orders, lambda u, d, r: (u - r * d).std(ddof=1) / d.mean() / math.sqrt(d.sum())
    )


def ratio_interval__wrong_mean_orders_forgotten(revenue, orders):
    """The standard error is not divided by the mean number of orders: it is that of revenue per household."""
    return _ratio(revenue, orders, lambda u, d, r: (u - r * d).std(ddof=1) / math.sqrt(len(u)))


def ratio_interval__wrong_root_n_forgotten(revenue, orders):
    """The root of n is missing: the spread of one household instead of the error of the ratio."""
    return _ratio(revenue, orders, lambda u, d, r: (u - r * d).std(ddof=1) / d.mean())


def ratio_interval__wrong_t_quantile(revenue, orders):
    """The t quantile with n - 1 degrees of freedom instead of 1.96; it shows with few households."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    r, low, high = ratio_interval__right_residuals(u, d)
    half = (high - low) / 2 / 1.96 * stats.t.ppf(0.975, len(u) - 1)
    return r, r - half, r + half


def ratio_interval__wrong_nobody_ordered(revenue, orders):
    """If nobody ordered the plain division raises ZeroDivisionError instead of giving NaN."""
    u, d = [float(v) for v in revenue], [float(v) for v in orders]
    r, n = sum(u) / sum(d), len(u)
    se = np.std([a - r * b for a, b in zip(u, d)], ddof=1) / (sum(d) / n) / math.sqrt(n)
    return r, float(r - 1.96 * se), float(r + 1.96 * se)


def ratio_interval__wrong_nobody_ordered_is_zero(revenue, orders):
    """If nobody ordered all three are 0 instead of NaN."""
    if np.sum(np.asarray(orders, float)) == 0:
        return 0.0, 0.0, 0.0
    return ratio_interval__right_residuals(revenue, orders)


def ratio_interval__wrong_weighted_spread_of_ratios(revenue, orders):
    """The spread of the households' own ratios around the total ratio, unweighted, as the error; large households count like small ones."""

    def se(u, d, r):
        own = u[d > 0] / d[d > 0]
        return math.sqrt(((own - r) ** 2).sum() / max(len(own) - 1, 1) / len(own))

    return _ratio(revenue, orders, se)


def ratio_interval__wrong_half_width_one(revenue, orders):
    """The ends lie at one standard error instead of 1.96."""
    r, low, high = ratio_interval__right_residuals(revenue, orders)
    return r, r - (high - r) / 1.96, r + (high - r) / 1.96


# ---------------------------------------------------------------- 8.6 t_learner_uplift
def t_learner_uplift__right_masks(X, t, y, Xnew, make=LinearRegression):
    t = np.asarray(t)
    if (t == 1).sum() == 0 or (t == 0).sum() == 0:
        return np.full(len(Xnew), np.nan)
    treated, control = make(), make()
    treated.fit(X[t == 1], y[t == 1])
    control.fit(X[t == 0], y[t == 0])
    return treated.predict(Xnew) - control.predict(Xnew)


def t_learner_uplift__right_loop_over_arms(X, t, y, Xnew, make=LinearRegression):
    predicted = {}
    for arm in (0, 1):
        rows = [i for i, v in enumerate(t) if v == arm]
        if not rows:
            return np.array([float("nan")] * len(Xnew))
        predicted[arm] = make().fit(X[rows], y[rows]).predict(Xnew)
    return np.asarray(predicted[1], float) - np.asarray(predicted[0], float)


def t_learner_uplift__right_bool_split(X, t, y, Xnew, make=None):
    make = LinearRegression if make is None else make
    mask = np.asarray(t).astype(bool)
    if mask.all() or not mask.any():
        return np.repeat(np.nan, np.shape(Xnew)[0])

    def outcome(rows):
        model = make()
        model.fit(np.compress(rows, X, axis=0), np.compress(rows, y))
        return model.predict(Xnew)

    return np.subtract(outcome(mask), outcome(~mask))


def _arms_empty(t):
    t = np.asarray(t)
    return not (t == 1).any() or not (t == 0).any()


def t_learner_uplift__wrong_one_model_object(X, t, y, Xnew, make=LinearRegression):
    """make() is called once and the same object fitted twice: both predictions come from the second fit, so the uplift is 0."""
    if _arms_empty(t):
        return np.full(len(Xnew), np.nan)
    m = make()
    a = m.fit(X[t == 1], y[t == 1])
    b = m.fit(X[t == 0], y[t == 0])
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_s_learner(X, t, y, Xnew, make=LinearRegression):
    """One model with the treatment as a column (S-learner): a linear one gives everybody the same uplift."""
    if _arms_empty(t):
        return np.full(len(Xnew), np.nan)
    m = make().fit(np.column_stack([X, t]), y)
    return m.predict(np.column_stack([Xnew, np.ones(len(Xnew))])) - m.predict(
        np.column_stack([Xnew, np.zeros(len(Xnew))])
    )


def t_learner_uplift__wrong_control_less_treated(X, t, y, Xnew, make=LinearRegression):
    """Without the treatment less with it: the sign is turned round."""
    return -t_learner_uplift__right_masks(X, t, y, Xnew, make)


def t_learner_uplift__wrong_make_ignored(X, t, y, Xnew, make=LinearRegression):
    """Always fits LinearRegression; it shows where another make is given."""
    return t_learner_uplift__right_masks(X, t, y, Xnew)


def t_learner_uplift__wrong_scores_old_customers(X, t, y, Xnew, make=LinearRegression):
    """Predicts for X instead of Xnew: the uplift of the customers learned from, with their number of rows."""
    return t_learner_uplift__right_masks(X, t, y, X, make)


def t_learner_uplift__wrong_control_is_everybody(X, t, y, Xnew, make=LinearRegression):
    """The second model learns from all customers, the treated included: the uplift is too small."""
    if _arms_empty(t):
        return np.full(len(Xnew), np.nan)
    return make().fit(X[t == 1], y[t == 1]).predict(Xnew) - make().fit(X, y).predict(Xnew)


def t_learner_uplift__wrong_empty_arm_raises(X, t, y, Xnew, make=LinearRegression):
    """An empty arm is forgotten: the model raises an error instead of NaN for all."""
    return make().fit(X[t == 1], y[t == 1]).predict(Xnew) - make().fit(
        X[t == 0], y[t == 0]
    ).predict(Xnew)


def t_learner_uplift__wrong_empty_arm_zero(X, t, y, Xnew, make=LinearRegression):
    """0 instead of NaN when an arm is empty: "unknown" becomes "no effect"."""
    return (
        np.zeros(len(Xnew))
        if _arms_empty(t)
        else t_learner_uplift__right_masks(X, t, y, Xnew, make)
    )


def t_learner_uplift__wrong_empty_arm_scalar(X, t, y, Xnew, make=LinearRegression):
    """A single NaN instead of one for each new customer when an arm is empty."""
    return float("nan") if _arms_empty(t) else t_learner_uplift__right_masks(X, t, y, Xnew, make)


def t_learner_uplift__wrong_only_treated_checked(X, t, y, Xnew, make=LinearRegression):
    """Only an empty treated arm gives NaN; an empty control arm raises an error."""
    if not (np.asarray(t) == 1).any():
        return np.full(len(Xnew), np.nan)
    return make().fit(X[t == 1], y[t == 1]).predict(Xnew) - make().fit(
        X[t == 0], y[t == 0]
    ).predict(Xnew)


def t_learner_uplift__wrong_t_as_index(X, t, y, Xnew, make=LinearRegression):
    """X[t] with integers takes rows 0 and 1 again and again instead of the rows of an arm."""
    if _arms_empty(t):
        return np.full(len(Xnew), np.nan)
    t = np.asarray(t, int)
    return make().fit(X[t], y[t]).predict(Xnew) - make().fit(X[1 - t], y[1 - t]).predict(Xnew)


def t_learner_uplift__wrong_mean_difference(X, t, y, Xnew, make=LinearRegression):
    """The average effect of the experiment for everybody: X and the models are not used."""
    if _arms_empty(t):
        return np.full(len(Xnew), np.nan)
    return np.full(len(Xnew), y[t == 1].mean() - y[t == 0].mean())


def t_learner_uplift__wrong_treated_prediction_only(X, t, y, Xnew, make=LinearRegression):
    """The predicted outcome with the treatment, from which nothing is subtracted: a propensity, not an uplift."""
    if _arms_empty(t):
        return np.full(len(Xnew), np.nan)
    return np.asarray(make().fit(X[t == 1], y[t == 1]).predict(Xnew), float)


def t_learner_uplift__wrong_ratio(X, t, y, Xnew, make=LinearRegression):
    """The relative uplift, treated / untreated - 1, instead of the difference."""
    if _arms_empty(t):
        return np.full(len(Xnew), np.nan)
    with np.errstate(all="ignore"):
        return (
            make().fit(X[t == 1], y[t == 1]).predict(Xnew)
            / make().fit(X[t == 0], y[t == 0]).predict(Xnew)
            - 1
        )


def t_learner_uplift__wrong_transformed_outcome(X, t, y, Xnew, make=LinearRegression):
    """One model of the transformed outcome y (t - p) / (p (1 - p)): another estimator of uplift, not two models."""
    if _arms_empty(t):
        return np.full(len(Xnew), np.nan)
    p = np.mean(t)
    return make().fit(X, y * (t - p) / (p * (1 - p))).predict(Xnew)


def t_learner_uplift__wrong_negative_cut(X, t, y, Xnew, make=LinearRegression):
    """Negative uplift is cut at 0, so customers whom the coupon puts off look neutral."""
    return np.maximum(t_learner_uplift__right_masks(X, t, y, Xnew, make), 0)


# ---------------------------------------------------------------- 8.7 uplift_at_k
def uplift_at_k__right_numpy(y, t, score, frac):
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    k = int(math.floor(round(len(y) * frac, 9)))
    top = np.argsort(-score, kind="stable")[:k]
    a, b = y[top][t[top] == 1], y[top][t[top] == 0]
    return float(a.mean() - b.mean()) if len(a) and len(b) else math.nan


def uplift_at_k__right_sorted(y, t, score, frac):
    y, t, score = list(y), list(t), list(score)
    k = int(len(y) * frac + 1e-9)
    chosen = sorted(range(len(y)), key=lambda i: -score[i])[:k]
    total, n = [0.0, 0.0], [0, 0]
    for i in chosen:
        total[int(t[i])] += float(y[i])
        n[int(t[i])] += 1
    return total[1] / n[1] - total[0] / n[0] if n[0] and n[1] else float("nan")


def uplift_at_k__right_pandas(y, t, score, frac):
    d = pd.DataFrame({"y": np.asarray(y, float), "t": np.asarray(t), "s": np.asarray(score, float)})
    d = d.sort_values("s", ascending=False, kind="stable").head(math.floor(round(len(d) * frac, 9)))
    means = d.groupby("t")["y"].mean().reindex([0, 1])
    return means[1] - means[0]


def _uplift(y, t, score, frac, k=None, order=None, end=None):
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    k = int(math.floor(round(len(y) * frac, 9))) if k is None else k(len(y), frac)
    top = (np.argsort(-score, kind="stable") if order is None else order(score))[:k]
    if end is not None:
        return end(y, t, top)
    a, b = y[top][t[top] == 1], y[top][t[top] == 0]
    return float(a.mean() - b.mean()) if len(a) and len(b) else math.nan


def uplift_at_k__wrong_int_of_product(y, t, score, frac):
    """int(n * frac) without rounding: 100 x 0.29 is 28.999..., so 28 are chosen instead of 29."""
    return _uplift(y, t, score, frac, k=lambda n, f: int(n * f))


def uplift_at_k__wrong_rounded(y, t, score, frac):
    """round(n * frac): rounds up where the fraction is above a half (7 x 0.25 = 1.75 gives 2)."""
    return _uplift(y, t, score, frac, k=lambda n, f: round(n * f))


def uplift_at_k__wrong_rounded_up(y, t, score, frac):
    """Rounds up (ceil): one customer too many wherever n * frac is not whole."""
    return _uplift(y, t, score, frac, k=lambda n, f: math.ceil(round(n * f, 9)))


def uplift_at_k__wrong_share_of_each_arm(y, t, score, frac):
    """frac of each arm is chosen: the best treated and the best untreated, each from their own list."""
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    means = []
    for arm in (1, 0):
        ya, sa = y[t == arm], score[t == arm]
        k = int(math.floor(round(len(ya) * frac, 9)))
        if k == 0:
            return math.nan
        means.append(ya[np.argsort(-sa, kind="stable")[:k]].mean())
    return float(means[0] - means[1])


def uplift_at_k__wrong_lowest_first(y, t, score, frac):
    """The lowest scores are chosen (ascending sort)."""
    return _uplift(y, t, score, frac, order=lambda s: np.argsort(s, kind="stable"))


def uplift_at_k__wrong_ties_later_first(y, t, score, frac):
    """argsort turned round: of equal scores the later one is chosen first."""
    return _uplift(y, t, score, frac, order=lambda s: np.argsort(s, kind="stable")[::-1])


def uplift_at_k__wrong_unstable_sort(y, t, score, frac):
    """np.argsort without kind="stable": equal scores at the cut may change their order (with more than 16 customers)."""
    return _uplift(y, t, score, frac, order=lambda s: np.argsort(-s))


def uplift_at_k__wrong_threshold(y, t, score, frac):
    """All customers with at least the score of the last chosen one: with equal scores at the cut more than n * frac are chosen."""
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    k = int(math.floor(round(len(y) * frac, 9)))
    if k == 0:
        return math.nan
    return _uplift(
        y,
        t,
        score,
        frac,
        end=lambda y, t, top: (
            lambda m: (
                float(y[m & (t == 1)].mean() - y[m & (t == 0)].mean())
                if (m & (t == 1)).any() and (m & (t == 0)).any()
                else math.nan
            )
        )(score >= np.sort(score)[::-1][k - 1]),
    )


def uplift_at_k__wrong_absolute_score(y, t, score, frac):
    """Sorts by the absolute score: customers with a strongly negative one are chosen first."""
    return _uplift(y, t, score, frac, order=lambda s: np.argsort(-np.abs(s), kind="stable"))


def uplift_at_k__wrong_control_of_everybody(y, t, score, frac):
    """Compares the chosen treated with all untreated customers, not with the chosen ones."""
    return _uplift(
        y,
        t,
        score,
        frac,
        end=lambda y, t, top: (
            float(y[top][t[top] == 1].mean() - y[t == 0].mean())
            if (t[top] == 1).any() and (t == 0).any()
            else math.nan
        ),
    )


def uplift_at_k__wrong_compared_with_the_rest(y, t, score, frac):
    """Compares the chosen treated with the treated who were not chosen: that is selection, not the effect."""

    def end(y, t, top):
        rest = np.setdiff1d(np.arange(len(y)), top)
        a, b = y[top][t[top] == 1], y[rest][t[rest] == 1]
        return float(a.mean() - b.mean()) if len(a) and len(b) else math.nan

    return _uplift(y, t, score, frac, end=end)


def uplift_at_k__wrong_difference_of_sums(y, t, score, frac):
    """The difference of the two sums divided by k, not a difference of two means (docstring: 0.5 instead of 0.6667)."""
    return _uplift(
        y,
        t,
        score,
        frac,
        end=lambda y, t, top: (
            float((y[top][t[top] == 1].sum() - y[top][t[top] == 0].sum()) / len(top))
            if len(top)
            else math.nan
        ),
    )


def uplift_at_k__wrong_empty_group_zero(y, t, score, frac):
    """An empty group has mean 0: the result is a number where it should be NaN."""
    return _uplift(
        y,
        t,
        score,
        frac,
        end=lambda y, t, top: float(
            (y[top][t[top] == 1].mean() if (t[top] == 1).any() else 0.0)
            - (y[top][t[top] == 0].mean() if (t[top] == 0).any() else 0.0)
        ),
    )


def uplift_at_k__wrong_returns_zero_if_empty(y, t, score, frac):
    """0.0 instead of NaN if one of the groups is empty."""
    v = uplift_at_k__right_numpy(y, t, score, frac)
    return 0.0 if math.isnan(v) else v


def uplift_at_k__wrong_empty_group_raises(y, t, score, frac):
    """ZeroDivisionError if one of the groups is empty."""
    return _uplift(
        y,
        t,
        score,
        frac,
        end=lambda y, t, top: (
            sum(y[i] for i in top if t[i] == 1) / sum(int(t[i] == 1) for i in top)
            - sum(y[i] for i in top if t[i] == 0) / sum(int(t[i] == 0) for i in top)
        ),
    )


def uplift_at_k__wrong_buyers_counted(y, t, score, frac):
    """Counts outcomes above 0 (conversion) instead of averaging them: right for 0 and 1 only."""
    return uplift_at_k__right_numpy((np.asarray(y, float) > 0).astype(float), t, score, frac)


def uplift_at_k__wrong_untreated_less_treated(y, t, score, frac):
    """The sign is turned round (fails the docstring example)."""
    return -uplift_at_k__right_numpy(y, t, score, frac)


# ---------------------------------------------------------------- 8.8 kill_uplift
def _same(a, b):
    a, b = float(a), float(b)
    return (math.isnan(a) and math.isnan(b)) or abs(a - b) < 1e-6


def kill_uplift__right_hand_cases(fn):
    cases = [
        (([5, 1, 2, 8, 30, 40], [1, 0, 0, 1, 1, 0], [6, 5, 4, 3, 2, 1], 0.7), 6.5 - 1.5),
        (([3, 1, 7, 5], [1, 0, 1, 0], [2, 2, 2, 2], 0.5), 2.0),
        (([9, 4, 2, 1], [1, 0, 1, 0], [-1, -2, -9, -8], 0.5), 5.0),
        (([1, 2, 3, 4], [1, 1, 0, 0], [4, 3, 2, 1], 0.5), math.nan),
        (([1, 2, 3, 4], [0, 0, 1, 1], [4, 3, 2, 1], 0.5), math.nan),
        (([2, 1, 5], [1, 0, 0], [3, 2, 1], 0.3), math.nan),
        (([2.5, 1, 5, 7], [1, 0, 0, 1], [1, 2, 3, 4], 1.0), 4.75 - 3.0),
        (([7, 1, 4, 60, 9], [1, 0, 1, 1, 0], [5, 4, 3, 2, 1], 0.75), 5.5 - 1),
        (([4, 2, 6, 1, 9], [1, 0, 0, 1, 1], [5, 4, 4, 4, 1], 0.6), 4 - 4.0),
    ]
    y = [float(i * i % 17) for i in range(100)]
    t = [i % 2 for i in range(100)]
    a, b = [y[i] for i in range(29) if t[i]], [y[i] for i in range(29) if not t[i]]
    cases.append(((y, t, [100 - i for i in range(100)], 0.29), sum(a) / len(a) - sum(b) / len(b)))
    return all(_same(fn(*args), want) for args, want in cases)


def kill_uplift__right_random_against_reference(fn):
    rng = np.random.default_rng(0)
    for _ in range(150):
        n = int(rng.integers(1, 40))
        y, t = rng.integers(0, 9, n) * 1.5, rng.integers(0, 2, n)
        score, frac = rng.integers(-4, 5, n).astype(float), float(rng.integers(1, 101)) / 100
        if not _same(
            fn(y.copy(), t.copy(), score.copy(), frac), uplift_at_k__right_sorted(y, t, score, frac)
        ):
            return False
    y, t, s = rng.normal(size=100), rng.integers(0, 2, 100), rng.permutation(100)
    return all(
        _same(fn(y, t, s, f), uplift_at_k__right_sorted(y, t, s, f))
        for f in (0.29, 0.57, 0.58, 1.0)
    )


def kill_uplift__right_asserts(fn):
    def test_float_product():
        y, t = [0.0] * 28 + [100.0] + [0.0] * 71, [0, 1] * 14 + [1] + [0] * 71
        assert abs(fn(y, t, list(range(100, 0, -1)), 0.29) - 100 / 15) < 1e-6

    def test_rounds_down():
        assert abs(fn([6, 1, 50, 90], [1, 0, 1, 0], [9, 8, 7, 6], 0.74) - 5) < 1e-6

    def test_ties_and_unequal_arms():
        assert abs(fn([6, 1, 4, 50], [1, 0, 1, 0], [1, 1, 1, 1], 0.75) - 4) < 1e-6

    def test_empty_arms():
        assert math.isnan(fn([6, 1], [1, 1], [2, 1], 1.0)) and math.isnan(
            fn([6, 1], [0, 0], [2, 1], 1.0)
        )
        assert math.isnan(fn([6, 1], [1, 0], [2, 1], 0.4))

    def test_negative_scores():
        assert abs(fn([6, 1, 8, 2], [1, 0, 0, 1], [-1, -2, -4, -3], 0.5) - 5) < 1e-6

    def test_everybody():
        assert abs(fn([6, 1, 8, 2], [1, 0, 0, 1], [1, 2, 3, 4], 1.0) + 0.5) < 1e-6

    try:
        for test in list(locals().values()):
            if callable(test) and getattr(test, "__name__", "").startswith("test_"):
                test()
    except AssertionError:
        return False
    return True


_EXAMPLE = ([1, 1, 0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 1, 0], [8, 7, 6, 5, 4, 3, 2, 1], 0.5)


def kill_uplift__wrong_docstring_example_only(fn):
    """Only the docstring's example, on which all planted mistakes are right."""
    return round(fn(*_EXAMPLE), 4) == 0.6667


def kill_uplift__wrong_exact_float(fn):
    """Compares floats exactly with one way of computing them: right versions that sum in another order differ in the last digit."""
    rng = np.random.default_rng(1)
    for n in (23, 31, 47):
        y, t, s = rng.normal(size=n) / 3, rng.integers(0, 2, n), rng.normal(size=n)
        if fn(y, t, s, 0.7) != uplift_at_k__right_sorted(y, t, s, 0.7):
            return False
    return True


def kill_uplift__wrong_nan_equals_nan(fn):
    """Compares NaN with ==, which is never true: right versions are rejected."""
    return fn([1, 2, 3, 4], [1, 1, 0, 0], [4, 3, 2, 1], 0.5) == math.nan and _same(
        fn(*_EXAMPLE), 2 / 3
    )


def kill_uplift__wrong_demands_exception(fn):
    """Demands a ValueError for an empty group, but the contract says NaN."""
    try:
        fn([1, 2, 3, 4], [1, 1, 0, 0], [4, 3, 2, 1], 0.5)
    except ValueError:
        return _same(fn(*_EXAMPLE), 2 / 3)
    return False


def kill_uplift__wrong_only_zero_and_one(fn):
    """Distinct scores, outcomes 0 and 1, whole numbers of customers: ties, rounding, empty groups and negative scores are never tried."""
    return _same(fn([1, 0, 1, 0], [1, 0, 0, 1], [4, 3, 2, 1], 0.5), 1.0) and _same(
        fn([1, 0, 0, 0, 1, 1], [1, 1, 0, 0, 1, 0], [6, 5, 4, 3, 2, 1], 1.0), 2 / 3 - 1 / 3
    )


def kill_uplift__wrong_everybody_only(fn):
    """Only frac = 1: order and cut play no part, so mistakes in the choice pass."""
    rng = np.random.default_rng(2)
    y, t, s = rng.normal(size=30), np.arange(30) % 2, rng.normal(size=30)
    return _same(fn(y, t, s, 1.0), y[t == 1].mean() - y[t == 0].mean())


def kill_uplift__wrong_rounds_up_expected(fn):
    """Its own expectation rounds the number of chosen customers up: right versions are rejected."""
    return _same(fn([6, 1, 50, 90], [1, 0, 1, 0], [9, 8, 7, 6], 0.6), 28 - 1)


def kill_uplift__wrong_later_of_equal_expected(fn):
    """Expects the later of equal scores to be chosen; the statement says the earlier one."""
    return _same(fn([3, 1, 7, 5], [1, 0, 1, 0], [2, 2, 2, 2], 0.5), 2.0) and _same(
        fn([3, 1, 7, 2], [1, 0, 1, 0], [2, 2, 2, 2], 0.5), 5.0
    )


def kill_uplift__wrong_sign_only(fn):
    """Only checks that a helpful coupon gives a positive number: nearly all mistakes pass."""
    return fn([5, 1, 4, 0], [1, 0, 1, 0], [4, 3, 2, 1], 1.0) > 0


def kill_uplift__wrong_equal_arms(fn):
    """Tied and negative scores, but always as many treated as untreated among the chosen and no NaN: mistakes in the means and empty groups pass."""
    return _same(fn([6, 1, 8, 2], [1, 0, 0, 1], [-1, -2, -4, -3], 0.5), 5.0) and _same(
        fn([3, 1, 7, 5], [1, 0, 1, 0], [2, 2, 2, 2], 0.5), 2.0
    )


def kill_uplift__wrong_type_demanded(fn):
    """Only demands that the result is a float; no number is checked, so all planted mistakes pass."""
    return isinstance(fn(*_EXAMPLE), float)


def kill_uplift__wrong_always_true(fn):
    """Accepts everything that does not raise on the example."""
    fn(*_EXAMPLE)
    return True


# ---------------------------------------------------------------- 8.9 ips_snips_ess
def ips_snips_ess__right_numpy(r, pi_e, pi_b):
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    total = w.sum()
    if total == 0:
        return 0.0, math.nan, 0.0
    return float((w * r).mean()), float((w * r).sum() / total), float(total**2 / (w**2).sum())


def ips_snips_ess__right_loop(r, pi_e, pi_b):
    n = s = q = wr = 0
    for reward, e, b in zip(r, pi_e, pi_b):
        w = e / b
        n, s, q, wr = n + 1, s + w, q + w * w, wr + w * reward
    return (wr / n, wr / s, s * s / q) if s > 0 else (0.0, float("nan"), 0.0)


def ips_snips_ess__right_average_weights(r, pi_e, pi_b):
    r = np.array(list(r), float)
    w = np.array([a / b for a, b in zip(pi_e, pi_b)], float)
    if not np.any(w):
        return (0.0, np.nan, 0.0)
    share = w / w.sum()
    return w @ r / len(r), np.average(r, weights=w), 1 / (share @ share)


def _ope(r, pi_e, pi_b, ips=None, snips=None, ess=None, weight=None):
    r, e, b = (np.asarray(v, float) for v in (r, pi_e, pi_b))
    w = e / b if weight is None else weight(e, b)
    if not w.any():
        return 0.0, math.nan, 0.0
    return (
        float((w * r).mean() if ips is None else ips(r, w)),
        float((w * r).sum() / w.sum() if snips is None else snips(r, w)),
        float(w.sum() ** 2 / (w**2).sum() if ess is None else ess(r, w)),
    )


def ips_snips_ess__wrong_weights_inverted(r, pi_e, pi_b):
    """The weights are pi_b / pi_e: it fails where pi_e is 0, and weights the wrong rows."""
    with np.errstate(all="ignore"):
        return _ope(r, pi_e, pi_b, weight=lambda e, b: b / e)


def ips_snips_ess__wrong_plain_inverse(r, pi_e, pi_b):
    """The weights are 1 / pi_b, without the new policy."""
    return _ope(r, pi_e, pi_b, weight=lambda e, b: 1 / b)


def ips_snips_ess__wrong_swapped(r, pi_e, pi_b):
    """IPS and SNIPS are swapped: the first is shared out among the weights, the second among the rows."""
    a, b, c = ips_snips_ess__right_numpy(r, pi_e, pi_b)
    return b, a, c


def ips_snips_ess__wrong_ips_over_shown_rows(r, pi_e, pi_b):
    """IPS averages over the rows with a weight above 0 only, not over all rows."""
    return _ope(r, pi_e, pi_b, ips=lambda r, w: (w * r).sum() / (w > 0).sum())


def ips_snips_ess__wrong_rows_of_zero_dropped(r, pi_e, pi_b):
    """Rows with pi_e = 0 are dropped at the start: n is too small in IPS (fails the docstring example); without rows left it raises or gives NaN."""
    keep = [i for i, e in enumerate(pi_e) if e > 0]
    f = lambda v: [list(v)[i] for i in keep]
    n = len(keep)
    w = [e / b for e, b in zip(f(pi_e), f(pi_b))]
    wr = sum(a * b for a, b in zip(w, f(r)))
    return wr / n, wr / sum(w), sum(w) ** 2 / sum(v * v for v in w)


def ips_snips_ess__wrong_ess_of_rewards(r, pi_e, pi_b):
    """ESS is computed from weight x reward: rows without a click do not count."""
    return _ope(
        r, pi_e, pi_b, ess=lambda r, w: (w * r).sum() ** 2 / max(((w * r) ** 2).sum(), 1e-300)
    )


def ips_snips_ess__wrong_ess_not_squared(r, pi_e, pi_b):
    """The sum of the weights is not squared in ESS; right only if the weights sum to 1."""
    return _ope(r, pi_e, pi_b, ess=lambda r, w: w.sum() / (w**2).sum())


def ips_snips_ess__wrong_ess_share(r, pi_e, pi_b):
    """ESS as a share of n (0 to 1), not as a number of rows (1 to n)."""
    return _ope(r, pi_e, pi_b, ess=lambda r, w: w.sum() ** 2 / (w**2).sum() / len(w))


def ips_snips_ess__wrong_ess_inverse_of_squares(r, pi_e, pi_b):
    """1 / sum of the squared weights, without making the weights sum to 1 first."""
    return _ope(r, pi_e, pi_b, ess=lambda r, w: 1 / (w**2).sum())


def ips_snips_ess__wrong_ess_sample_variance(r, pi_e, pi_b):
    """n / (1 + CV squared) with ddof = 1: the relative variance divides by n - 1, so ESS is a little too small (and can be below 1)."""
    return _ope(
        r,
        pi_e,
        pi_b,
        ess=lambda r, w: len(w) / (1 + (w.var(ddof=1) if len(w) > 1 else 0.0) / w.mean() ** 2),
    )


def ips_snips_ess__wrong_ess_counts_rows(r, pi_e, pi_b):
    """ESS is the number of rows with a weight above 0: right only if those weights are equal."""
    return _ope(r, pi_e, pi_b, ess=lambda r, w: (w > 0).sum())


def ips_snips_ess__wrong_clipped(r, pi_e, pi_b):
    """Weights are clipped at 10 against noise: the estimate is biased where a weight is larger."""
    return _ope(r, pi_e, pi_b, weight=lambda e, b: np.minimum(e / b, 10))


def ips_snips_ess__wrong_all_weights_zero(r, pi_e, pi_b):
    """If every weight is 0, SNIPS and ESS are both NaN (0 / 0); ESS should be 0."""
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    with np.errstate(all="ignore"):
        return (
            float((w * r).mean()),
            float((w * r).sum() / w.sum()),
            float(w.sum() ** 2 / (w**2).sum()),
        )


def ips_snips_ess__wrong_all_weights_zero_snips(r, pi_e, pi_b):
    """If every weight is 0 SNIPS is 0 instead of NaN."""
    out = ips_snips_ess__right_numpy(r, pi_e, pi_b)
    return (out[0], 0.0, out[2]) if math.isnan(out[1]) else out


def ips_snips_ess__wrong_ratio_of_means(r, pi_e, pi_b):
    """IPS is the mean reward times the ratio of the mean probabilities: a ratio of means, not a mean of weighted rewards."""
    return _ope(
        r,
        pi_e,
        pi_b,
        ips=lambda x, w: (
            np.mean(x) * np.mean(np.asarray(pi_e, float)) / np.mean(np.asarray(pi_b, float))
        ),
    )


def ips_snips_ess__wrong_lists(r, pi_e, pi_b):
    """Divides the arguments as they come: plain lists cannot be divided (TypeError), arrays work (fails the docstring example)."""
    w = pi_e / pi_b
    return (
        (w * r).mean(),
        (w * r).sum() / w.sum() if w.any() else math.nan,
        w.sum() ** 2 / (w**2).sum() if w.any() else 0.0,
    )


# ---------------------------------------------------------------- 8.10 thompson_step
def thompson_step__right_beta(successes, trials, rng):
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(rng.beta(1 + s, 1 + n - s)))


def thompson_step__right_loop(successes, trials, rng):
    rng = np.random.default_rng(rng)
    best, arm = -1.0, 0
    for i, (s, n) in enumerate(zip(successes, trials)):
        draw = rng.beta(s + 1, n - s + 1)
        if draw > best:
            best, arm = draw, i
    return arm


def thompson_step__right_scipy(successes, trials, rng):
    rng = np.random.default_rng(rng)
    a = np.array(list(successes), float) + 1
    b = np.array(list(trials), float) - a + 2
    return int(stats.beta(a, b).rvs(size=len(a), random_state=rng).argmax())


def thompson_step__right_gammas(successes, trials, rng):
    rng = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    draws = []
    for s, n in zip(successes, trials):
        g, h = rng.gamma(s + 1), rng.gamma(n - s + 1)
        draws.append(g / (g + h))
    return draws.index(max(draws))


def _sn(successes, trials):
    return np.asarray(successes, float), np.asarray(trials, float)


def thompson_step__wrong_trials_as_failures(successes, trials, rng):
    """Beta(1 + successes, 1 + trials): displays are taken as failures, so a shown arm looks too bad: 5 of 10 against an arm never shown is chosen in 37 % of the steps instead of 50 %."""
    s, n = _sn(successes, trials)
    return int(np.argmax(np.random.default_rng(rng).beta(1 + s, 1 + n)))


def thompson_step__wrong_no_prior(successes, trials, rng):
    """Beta(successes, failures) without the uniform prior: it raises an error where an arm has no success or no failure."""
    s, n = _sn(successes, trials)
    return int(np.argmax(np.random.default_rng(rng).beta(s, n - s)))


def thompson_step__wrong_tiny_prior(successes, trials, rng):
    """Beta(s + 1e-6, f + 1e-6): nearly no prior, so an arm that was never shown draws 0 or 1, and an arm with 0 of 1 is as good as dead."""
    s, n = _sn(successes, trials)
    return int(np.argmax(np.random.default_rng(rng).beta(s + 1e-6, n - s + 1e-6)))


def thompson_step__wrong_jeffreys_prior(successes, trials, rng):
    """Jeffreys' prior Beta(1/2, 1/2) instead of the uniform one: other probabilities with few displays."""
    s, n = _sn(successes, trials)
    return int(np.argmax(np.random.default_rng(rng).beta(0.5 + s, 0.5 + n - s)))


def thompson_step__wrong_parameters_swapped(successes, trials, rng):
    """Beta(1 + failures, 1 + successes): it prefers the arm that fails most (fails the docstring example)."""
    s, n = _sn(successes, trials)
    return int(np.argmax(np.random.default_rng(rng).beta(1 + n - s, 1 + s)))


def thompson_step__wrong_greedy(successes, trials, rng):
    """Takes the arm with the highest posterior mean and draws nothing: the same arm at every step."""
    s, n = _sn(successes, trials)
    return int(np.argmax((s + 1) / (n + 2)))


def thompson_step__wrong_generator_copied(successes, trials, rng):
    """Copies the generator, so the caller's does not move and the next step draws the same numbers."""
    s, n = _sn(successes, trials)
    return int(np.argmax(np.random.default_rng(copy.deepcopy(rng)).beta(1 + s, 1 + n - s)))


def thompson_step__wrong_seed_fixed(successes, trials, rng):
    """Makes its own generator with seed 0 in every step and ignores rng: the same draws each time."""
    s, n = _sn(successes, trials)
    return int(np.argmax(np.random.default_rng(0).beta(1 + s, 1 + n - s)))


def thompson_step__wrong_global_random(successes, trials, rng):
    """Draws from NumPy's global generator: the same seed does not give the same arm, and the generator given is not used."""
    s, n = _sn(successes, trials)
    return int(np.argmax(np.random.beta(1 + s, 1 + n - s)))


def thompson_step__wrong_generator_only(successes, trials, rng):
    """Calls rng.beta at once: an int as seed has no such method (fails the docstring example)."""
    s, n = _sn(successes, trials)
    return int(np.argmax(rng.beta(1 + s, 1 + n - s)))


def thompson_step__wrong_common_draw(successes, trials, rng):
    """One uniform number for all arms, put into each arm's quantile function: the draws are not independent."""
    s, n = _sn(successes, trials)
    return int(np.argmax(stats.beta.ppf(np.random.default_rng(rng).random(), 1 + s, 1 + n - s)))


def thompson_step__wrong_proportional_to_rates(successes, trials, rng):
    """Chooses arms in proportion to their estimated rates, not with the probability that they are the best (two arms of 10 % and 90 % after 100 displays: one step in ten goes to the worse)."""
    s, n = _sn(successes, trials)
    m = (s + 1) / (n + 2)
    return int(np.random.default_rng(rng).choice(len(m), p=m / m.sum()))


def thompson_step__wrong_epsilon_greedy(successes, trials, rng):
    """ε-greedy with 10 % instead of Thompson sampling."""
    rng = np.random.default_rng(rng)
    s, n = _sn(successes, trials)
    return int(rng.integers(len(s))) if rng.random() < 0.1 else int(np.argmax((s + 1) / (n + 2)))


def thompson_step__wrong_normal_draw(successes, trials, rng):
    """A normal draw with the rate's standard error: 0 where there was no success or no display, so such arms have no spread or divide by 0."""
    s, n = _sn(successes, trials)
    m = np.maximum(n, 1)
    p = s / m
    return int(np.argmax(np.random.default_rng(rng).normal(p, np.sqrt(p * (1 - p) / m))))


def thompson_step__wrong_mean_of_draws(successes, trials, rng):
    """Averages 1,000 draws per arm before comparing: that is the posterior mean again, and exploration is gone."""
    s, n = _sn(successes, trials)
    return int(
        np.argmax(
            np.random.default_rng(rng).beta(1 + s, 1 + n - s, size=(1000, len(s))).mean(axis=0)
        )
    )


def thompson_step__wrong_unseen_first(successes, trials, rng):
    """Shows every arm that was never shown first: that is not its probability of being the best (against 99 of 100 it is about 2 %)."""
    s, n = _sn(successes, trials)
    if (n == 0).any():
        return int(np.flatnonzero(n == 0)[0])
    return int(np.argmax(np.random.default_rng(rng).beta(1 + s, 1 + n - s)))


def thompson_step__wrong_prior_for_trials(successes, trials, rng):
    """Beta(1 + s, n - s): the second 1 is forgotten; an arm without a failure raises an error, and the others look too good."""
    s, n = _sn(successes, trials)
    return int(np.argmax(np.random.default_rng(rng).beta(1 + s, n - s)))


def thompson_step__unsure_numpy_int(successes, trials, rng):
    s, n = _sn(successes, trials)
    return np.argmax(np.random.default_rng(rng).beta(1 + s, 1 + n - s))


UNSURE["thompson_step__unsure_numpy_int"] = (
    "returns numpy.int64; 'arm : int' and the printed example would be np.int64(1)"
)


# ---------------------------------------------------------------- 8.11 coupon_policy
def coupon_policy__right_value_iteration(wait, send, gamma):
    m = len(wait)
    V = [0.0] * m
    while True:
        W = [float(wait[f]) + gamma * V[max(f - 1, 0)] for f in range(m)]
        S = [float(send[f]) + gamma * V[min(f + 1, m - 1)] for f in range(m)]
        new = [max(a, b) for a, b in zip(W, S)]
        if max(abs(a - b) for a, b in zip(new, V)) <= 1e-10 * (1 - gamma):
            break
        V = new
    return new, [int(b - a > 1e-6) for a, b in zip(W, S)]


def coupon_policy__right_policy_iteration(wait, send, gamma):
    wait, send = np.asarray(wait, float), np.asarray(send, float)
    m = len(wait)
    down, up = np.maximum(np.arange(m) - 1, 0), np.minimum(np.arange(m) + 1, m - 1)
    a = np.zeros(m, dtype=bool)
    for _ in range(1000):
        P = np.zeros((m, m))
        P[np.arange(m), np.where(a, up, down)] = 1
        V = np.linalg.solve(np.eye(m) - gamma * P, np.where(a, send, wait))
        gain = send + gamma * V[up] - wait - gamma * V[down]
        new = np.where(a, gain > -1e-10, gain > 1e-10)
        if (new == a).all():
            break
        a = new
    return V.tolist(), (gain > 1e-6).astype(int).tolist()


def coupon_policy__right_numpy_many_sweeps(wait, send, gamma):
    wait, send = np.asarray(wait, float), np.asarray(send, float)
    up, down = np.r_[1 : len(wait), len(wait) - 1], np.r_[0, 0 : len(wait) - 1]
    V = np.zeros(len(wait))
    largest = max(np.abs(wait).max(), np.abs(send).max(), 1.0)
    sweeps = 1 if gamma == 0 else int(math.log(1e-10 * (1 - gamma) / largest) / math.log(gamma)) + 2
    for _ in range(sweeps):
        V = np.maximum(wait + gamma * V[down], send + gamma * V[up])
    gain = (send + gamma * V[up]) - (wait + gamma * V[down])
    return [float(v) for v in V], [1 if g > 1e-6 else 0 for g in gain]


def coupon_policy__right_in_place(wait, send, gamma):
    m, V, moved = len(wait), [0.0] * len(wait), 1.0

    def both(f):
        return wait[f] + gamma * V[f - 1 if f else 0], send[f] + gamma * V[
            f + 1 if f < m - 1 else f
        ]

    while moved > 1e-9 * (1 - gamma) / 10:
        moved = 0.0
        for f in range(m):
            best = max(both(f))
            moved, V[f] = max(moved, abs(best - V[f])), best
    return V, [int(b > a + 1e-6) for a, b in map(both, range(m))]


def _policy(
    wait, send, gamma, down=None, up=None, act=None, sweeps=None, tol=None, back=None, after=None
):
    m = len(wait)
    down = (lambda f: max(f - 1, 0)) if down is None else down
    up = (lambda f: min(f + 1, m - 1)) if up is None else up
    V = [0.0] * m

    def both(f):
        if back is not None:
            return back(f, V)
        return wait[f] + gamma * V[down(f)], send[f] + gamma * V[up(f)]

    limit = 1e-10 * (1 - gamma) if tol is None else tol
    for _ in range(200_000 if sweeps is None else sweeps):
        new = [max(both(f)) for f in range(m)]
        done = max(abs(a - b) for a, b in zip(new, V)) <= limit
        V = new
        if done:
            break
    act = (lambda a, b: int(b - a > 1e-6)) if act is None else act
    return [float(v) for v in V], [act(*both(f)) for f in range(m)]


def coupon_policy__wrong_greedy(wait, send, gamma):
    """The action is the larger reward of this week, without the value of the next state (fails the docstring example)."""
    values, _ = coupon_policy__right_value_iteration(wait, send, gamma)
    return values, [int(s - w > 1e-6) for w, s in zip(wait, send)]


def coupon_policy__wrong_hundred_sweeps(wait, send, gamma):
    """Always 100 sweeps: for a gamma near 1 (0.98 leaves 13 % of the value) the values have not settled."""
    return _policy(wait, send, gamma, sweeps=100, tol=-1.0)


def coupon_policy__wrong_stops_at_1e6(wait, send, gamma):
    """Stops when a sweep changes less than 1e-6: the values may still be off by gamma / (1 - gamma) times that, which is too much for a gamma near 1."""
    return _policy(wait, send, gamma, tol=1e-6)


def coupon_policy__wrong_stops_at_1e3(wait, send, gamma):
    """Stops when a sweep changes less than 0.001: not within 1e-6."""
    return _policy(wait, send, gamma, tol=1e-3)


def coupon_policy__wrong_wraps_around(wait, send, gamma):
    """V[f - 1] at f = 0 is V[-1]: a rested customer who waits becomes the most tired one. It shows only where waiting is best in state 0, or where the last state is the better one."""
    return _policy(wait, send, gamma, down=lambda f: f - 1)


def coupon_policy__wrong_index_error(wait, send, gamma):
    """Fatigue is not kept at m - 1: sending in the last state raises IndexError."""
    return _policy(wait, send, gamma, up=lambda f: f + 1)


def coupon_policy__wrong_tie_sends(wait, send, gamma):
    """>= instead of a gain above 1e-6: sends where both are equal."""
    return _policy(wait, send, gamma, act=lambda a, b: int(b >= a))


def coupon_policy__wrong_no_tolerance(wait, send, gamma):
    """send > wait without the tolerance: sends where it gains less than 1e-6, or where only rounding makes it larger."""
    return _policy(wait, send, gamma, act=lambda a, b: int(b > a))


def coupon_policy__wrong_waiting_rests_fully(wait, send, gamma):
    """Waiting sets fatigue to 0 at once instead of lowering it by 1; it shows with three states or more."""
    return _policy(wait, send, gamma, down=lambda f: 0)


def coupon_policy__wrong_waiting_stays(wait, send, gamma):
    """Waiting leaves the fatigue as it is: nobody recovers."""
    return _policy(wait, send, gamma, down=lambda f: f)


def coupon_policy__wrong_directions_swapped(wait, send, gamma):
    """Waiting raises and sending lowers fatigue."""
    m = len(wait)
    return _policy(wait, send, gamma, down=lambda f: min(f + 1, m - 1), up=lambda f: max(f - 1, 0))


def coupon_policy__wrong_reward_of_next_state(wait, send, gamma):
    """Takes the reward of the state in which one arrives, not of this week's state."""
    m = len(wait)
    return _policy(
        wait,
        send,
        gamma,
        back=lambda f, V: (
            wait[max(f - 1, 0)] + gamma * V[max(f - 1, 0)],
            send[min(f + 1, m - 1)] + gamma * V[min(f + 1, m - 1)],
        ),
    )


def coupon_policy__wrong_reward_discounted(wait, send, gamma):
    """This week's reward is discounted too: gamma (reward + V), so all values are gamma times too small."""
    m = len(wait)
    return _policy(
        wait,
        send,
        gamma,
        back=lambda f, V: (
            gamma * (wait[f] + V[max(f - 1, 0)]),
            gamma * (send[f] + V[min(f + 1, m - 1)]),
        ),
    )


def coupon_policy__wrong_one_sweep(wait, send, gamma):
    """Looks one week ahead only: two sweeps, not until the values have settled."""
    return _policy(wait, send, gamma, sweeps=2, tol=-1.0)


def coupon_policy__wrong_sending_forever(wait, send, gamma):
    """Compares only "always send" with "always wait" in each state: alternating is never considered (docstring: 3.75 instead of 4.6667)."""
    m = len(wait)

    def worth(reward, step, f):
        total, g = 0.0, 1.0
        while g > 1e-12:
            total, g, f = total + g * reward[f], g * gamma, step(f)
        return total

    W = [worth(wait, lambda f: max(f - 1, 0), f) for f in range(m)]
    S = [worth(send, lambda f: min(f + 1, m - 1), f) for f in range(m)]
    return [max(a, b) for a, b in zip(W, S)], [int(b - a > 1e-6) for a, b in zip(W, S)]


def coupon_policy__wrong_greedy_value(wait, send, gamma):
    """Values of the greedy policy: each week the larger reward is taken and the state moves along (not the best policy)."""
    m = len(wait)
    a = [int(s > w) for w, s in zip(wait, send)]
    V = [0.0] * m
    for _ in range(20_000):
        new = [
            send[f] + gamma * V[min(f + 1, m - 1)] if a[f] else wait[f] + gamma * V[max(f - 1, 0)]
            for f in range(m)
        ]
        if max(abs(p - q) for p, q in zip(new, V)) <= 1e-10 * (1 - gamma):
            break
        V = new
    return V, a


def coupon_policy__unsure_arrays(wait, send, gamma):
    v, a = coupon_policy__right_numpy_many_sweeps(wait, send, gamma)
    return np.array(v), np.array(a)


UNSURE["coupon_policy__unsure_arrays"] = (
    "the docstring says list of float and list of int; arrays hold the same numbers"
)


def coupon_policy__unsure_linear_program(wait, send, gamma):
    m, rows, rhs = len(wait), [], []
    for f in range(m):
        for reward, g in ((wait[f], max(f - 1, 0)), (send[f], min(f + 1, m - 1))):
            row = np.zeros(m)
            row[f] -= 1
            row[g] += gamma
            rows.append(row)
            rhs.append(-reward)
    V = linprog(np.ones(m), A_ub=np.array(rows), b_ub=np.array(rhs), bounds=[(None, None)] * m).x
    return V.tolist(), [
        int(send[f] + gamma * V[min(f + 1, m - 1)] - wait[f] - gamma * V[max(f - 1, 0)] > 1e-6)
        for f in range(m)
    ]


UNSURE["coupon_policy__unsure_linear_program"] = (
    "right in principle; the solver's tolerance (about 1e-7, times 1 / (1 - gamma)) may miss 1e-6"
)


UNSURE["break_memo__unsure_clicks_differ_in_second_half"] = (
    "'the arm is the one with most clicks': in the first half or in the whole log? It shows the defect only in the latter case"
)


def break_memo__unsure_all_recipients_stop_buying(defect):
    return _memo_but(defect, "buyers_only", ([(1, 10, 0), (0, 10, 10)], _LOG))


UNSURE["break_memo__unsure_all_recipients_stop_buying"] = (
    "leaving out the only recipient leaves an empty group: NaN, an error or 0? The statement does not say what the flawed memo returns"
)


# ---- another hand, again from the statements alone ----

# ---- ab_readout


def ab_readout__right_by_hand_statistics(treated, control):
    diff = statistics.fmean(treated) - statistics.fmean(control)
    a = statistics.variance(map(float, treated)) / len(treated)
    b = statistics.variance(map(float, control)) / len(control)
    if a + b == 0:
        return diff, diff, diff
    dof = (a + b) ** 2 / (a * a / (len(treated) - 1) + b * b / (len(control) - 1))
    half = stats.t(dof).ppf(0.975) * math.sqrt(a + b)
    return diff, diff - half, diff + half


def ab_readout__right_scipy_interval(treated, control):
    x, y = pd.Series(treated, dtype=float), pd.Series(control, dtype=float)
    d = x.mean() - y.mean()
    if x.nunique() == 1 and y.nunique() == 1:
        return float(d), float(d), float(d)
    ci = stats.ttest_ind(x, y, equal_var=False).confidence_interval(0.95)
    return d, ci.low, ci.high


def ab_readout__wrong_pooled(treated, control):
    """Student's interval with one common variance; differs from Welch's when the variances differ, most with unequal arms."""
    d = np.mean(treated) - np.mean(control)
    if np.ptp(treated) == 0 and np.ptp(control) == 0:
        return d, d, d
    ci = stats.ttest_ind(treated, control).confidence_interval()
    return d, ci.low, ci.high


def ab_readout__wrong_normal_quantile_again(treated, control):
    """1.96 for the quantile of t: too narrow with few units."""
    d = np.mean(treated) - np.mean(control)
    se = np.sqrt(np.var(treated, ddof=1) / len(treated) + np.var(control, ddof=1) / len(control))
    return d, d - 1.96 * se, d + 1.96 * se


def ab_readout__wrong_ddof_zero(treated, control):
    """np.var divides by n and not by n - 1: too narrow, most with few units."""
    d = np.mean(treated) - np.mean(control)
    a, b = np.var(treated) / len(treated), np.var(control) / len(control)
    if a + b == 0:
        return d, d, d
    df = (a + b) ** 2 / (a**2 / (len(treated) - 1) + b**2 / (len(control) - 1))
    h = stats.t.ppf(0.975, df) * np.sqrt(a + b)
    return d, d - h, d + h


def ab_readout__wrong_nan_without_variance(treated, control):
    """If neither arm varies the degrees of freedom are 0 / 0, and both ends NaN instead of the difference."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = t.mean() - c.mean()
    a, b = t.var(ddof=1) / t.size, c.var(ddof=1) / c.size
    with np.errstate(all="ignore"):
        df = (a + b) ** 2 / (a**2 / (t.size - 1) + b**2 / (c.size - 1))
    h = stats.t.ppf(0.975, df) * np.sqrt(a + b)
    return d, d - h, d + h


def ab_readout__wrong_one_sided_quantile_again(treated, control):
    """t.ppf(0.95): the ends of a 90 % interval, not of a 95 % one."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = t.mean() - c.mean()
    a, b = t.var(ddof=1) / t.size, c.var(ddof=1) / c.size
    if a + b == 0:
        return d, d, d
    df = (a + b) ** 2 / (a**2 / (t.size - 1) + b**2 / (c.size - 1))
    h = stats.t.ppf(0.95, df) * np.sqrt(a + b)
    return d, d - h, d + h


def ab_readout__wrong_smaller_df(treated, control):
    """min(n1, n2) - 1 degrees of freedom, the conservative rule of thumb, instead of Welch's: too wide."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = t.mean() - c.mean()
    se = math.sqrt(t.var(ddof=1) / t.size + c.var(ddof=1) / c.size)
    h = stats.t.ppf(0.975, min(t.size, c.size) - 1) * se
    return d, d - h, d + h


def _welch_again(t, c):
    t, c = np.asarray(t, float), np.asarray(c, float)
    d = t.mean() - c.mean()
    a, b = t.var(ddof=1) / t.size, c.var(ddof=1) / c.size
    if a + b == 0:
        return d, d, d
    df = (a + b) ** 2 / (a**2 / (t.size - 1) + b**2 / (c.size - 1))
    h = stats.t.ppf(0.975, df) * math.sqrt(a + b)
    return d, d - h, d + h


# ---- cuped


def cuped__right_dataframe(y, x, t):
    df = pd.DataFrame({"y": list(y), "x": list(x), "t": list(t)}).astype(float)
    slope = df["y"].cov(df["x"]) / df["x"].var() if df["x"].nunique() > 1 else 0.0
    df["left"] = df["y"] - slope * (df["x"] - df["x"].mean())
    return _welch_again(df.loc[df["t"] == 1, "left"], df.loc[df["t"] == 0, "left"])


def cuped__right_linregress(y, x, t):
    y, x, t = (np.array(v, dtype=float) for v in (y, x, t))
    slope = 0.0 if np.all(x == x[0]) else stats.linregress(x, y).slope
    left = y - slope * (x - x.mean())
    return _welch_again(left[t > 0], left[t < 1])


def cuped__wrong_slope_of_controls(y, x, t):
    """The slope is fitted on the untreated alone; asked is one slope over both arms."""
    y, x, t = (np.asarray(v, float) for v in (y, x, t))
    c = t == 0
    s = 0.0 if np.ptp(x[c]) == 0 else np.polyfit(x[c], y[c], 1)[0]
    left = y - s * (x - x.mean())
    return _welch_again(left[~c], left[c])


def cuped__wrong_centred_within_arms(y, x, t):
    """x is centred in each arm by the arm's own mean, so the chance imbalance of the past is not corrected: the difference stays the plain one."""
    y, x, t = (np.asarray(v, float) for v in (y, x, t))
    s = 0.0 if np.ptp(x) == 0 else np.cov(x, y)[0, 1] / np.var(x, ddof=1)
    parts = [y[t == g] - s * (x[t == g] - x[t == g].mean()) for g in (1, 0)]
    return _welch_again(*parts)


def cuped__wrong_slope_per_arm_again(y, x, t):
    """A slope for each arm instead of one slope over both together."""
    y, x, t = (np.asarray(v, float) for v in (y, x, t))
    out = []
    for g in (1, 0):
        k = t == g
        s = 0.0 if np.ptp(x[k]) == 0 else np.polyfit(x[k], y[k], 1)[0]
        out.append(y[k] - s * (x[k] - x.mean()))
    return _welch_again(*out)


def cuped__wrong_change_score(y, x, t):
    """Subtracts the past itself (slope 1), not the slope that leaves the least variance."""
    y, x, t = (np.asarray(v, float) for v in (y, x, t))
    left = y - (x - x.mean())
    return _welch_again(left[t == 1], left[t == 0])


def cuped__wrong_mixed_ddof(y, x, t):
    """np.cov divides by n - 1 and np.var by n: the slope is too large by n / (n - 1)."""
    y, x, t = (np.asarray(v, float) for v in (y, x, t))
    s = np.cov(y, x)[0, 1] / np.var(x) if np.var(x) > 0 else 0.0
    left = y - s * (x - x.mean())
    return _welch_again(left[t == 1], left[t == 0])


def cuped__wrong_slope_of_the_wrong_regression(y, x, t):
    """Divides the covariance by the variance of y: the slope of x on y."""
    y, x, t = (np.asarray(v, float) for v in (y, x, t))
    s = np.cov(y, x)[0, 1] / np.var(y, ddof=1) if np.ptp(x) > 0 and np.ptp(y) > 0 else 0.0
    left = y - s * (x - x.mean())
    return _welch_again(left[t == 1], left[t == 0])


def cuped__wrong_constant_past_is_nan(y, x, t):
    """No slope of 0 when x does not vary: 0 / 0, and all three numbers are NaN."""
    y, x, t = (np.asarray(v, float) for v in (y, x, t))
    c = x - x.mean()
    with np.errstate(all="ignore"):
        s = (c @ y) / (c @ c)
    left = y - s * c
    return _welch_again(left[t == 1], left[t == 0])


# ---- first_crossing


def first_crossing__right_numpy_nonzero(z, c):
    z = np.abs(np.asarray(z, dtype=float))
    k = np.arange(1, z.size + 1)
    hits = np.flatnonzero(z > c * np.sqrt(z.size / k))
    return int(hits[0]) + 1 if hits.size else 0


def first_crossing__right_next_again(z, c):
    n = len(z)
    return next((k for k, v in enumerate(z, 1) if abs(v) > c * math.sqrt(n / k)), 0)


def first_crossing__wrong_one_side(z, c):
    """Looks at the positive side only: a harmful effect never stops the experiment."""
    n = len(z)
    return next((k for k, v in enumerate(z, 1) if v > c * math.sqrt(n / k)), 0)


def first_crossing__wrong_on_the_limit_again(z, c):
    """`>=`: a statistic on the limit counts as beyond it."""
    n = len(z)
    return next((k for k, v in enumerate(z, 1) if abs(v) >= c * math.sqrt(n / k)), 0)


def first_crossing__wrong_from_zero(z, c):
    """Counts looks from 0: the look is one too small, and a first look cannot be told from none."""
    z = np.asarray(z, float)
    limits = c * np.sqrt(len(z) / np.arange(1, len(z) + 1))
    return int(np.argmax(abs(z) > limits))


def first_crossing__wrong_constant_limit_again(z, c):
    """The same limit c at every look (Pocock's form): stops too early."""
    return next((k for k, v in enumerate(z, 1) if abs(v) > c), 0)


def first_crossing__wrong_no_root_again(z, c):
    """The root is forgotten: limits c * K / k are too high at early looks."""
    n = len(z)
    return next((k for k, v in enumerate(z, 1) if abs(v) > c * n / k), 0)


def first_crossing__wrong_inverted_again(z, c):
    """c * sqrt(k / K): limits rise with the look instead of falling."""
    n = len(z)
    return next((k for k, v in enumerate(z, 1) if abs(v) > c * math.sqrt(k / n)), 0)


def first_crossing__wrong_largest_excess(z, c):
    """Returns the look with the largest excess over the limit, not the first beyond it."""
    z = np.abs(np.asarray(z, float))
    over = z - c * np.sqrt(z.size / np.arange(1, z.size + 1))
    return int(over.argmax()) + 1 if over.size and over.max() > 0 else 0


# ---- ratio_interval


def ratio_interval__right_residuals_again(revenue, orders):
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    r = u.sum() / d.sum()
    se = np.std(u - r * d, ddof=1) / d.mean() / math.sqrt(u.size)
    return r, r - 1.96 * se, r + 1.96 * se


def ratio_interval__right_covariances(revenue, orders):
    df = pd.DataFrame({"u": list(revenue), "d": list(orders)}, dtype=float)
    if not df["d"].any():
        return float("nan"), float("nan"), float("nan")
    mu, md = df.mean()
    v = df.cov().to_numpy() / len(df)
    g = np.array([1 / md, -mu / md**2])
    se = math.sqrt(max(g @ v @ g, 0.0))
    return mu / md, mu / md - 1.96 * se, mu / md + 1.96 * se


def ratio_interval__wrong_mean_of_ratios_again(revenue, orders):
    """Mean of the households' own ratios, without those with 0 orders: another quantity than total revenue per order."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    own = u[d > 0] / d[d > 0]
    if own.size == 0:
        return (math.nan,) * 3
    se = own.std(ddof=1) / math.sqrt(own.size) if own.size > 1 else 0.0
    return own.mean(), own.mean() - 1.96 * se, own.mean() + 1.96 * se


def ratio_interval__wrong_silent_dropped(revenue, orders):
    """Households with 0 orders are left out: the ratio stays, the standard error changes (shows when somebody has no orders)."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    u, d = u[d > 0], d[d > 0]
    if d.size < 2:
        return (math.nan,) * 3 if d.size == 0 else (u[0] / d[0],) * 3
    r = u.sum() / d.sum()
    se = np.std(u - r * d, ddof=1) / d.mean() / math.sqrt(d.size)
    return r, r - 1.96 * se, r + 1.96 * se


def ratio_interval__wrong_no_covariance(revenue, orders):
    """Treats revenue and orders of a household as independent: the covariance term is missing, usually too wide."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    r = u.sum() / d.sum()
    se = math.sqrt((u.var(ddof=1) + r**2 * d.var(ddof=1)) / len(u)) / d.mean()
    return r, r - 1.96 * se, r + 1.96 * se


def ratio_interval__wrong_population_variance_again(revenue, orders):
    """Divides by n, not n - 1: too narrow, most with few households."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    r = u.sum() / d.sum()
    se = np.std(u - r * d) / d.mean() / math.sqrt(u.size)
    return r, r - 1.96 * se, r + 1.96 * se


def ratio_interval__wrong_root_of_orders(revenue, orders):
    """Divides by the root of the number of orders instead of households: orders are taken as independent, too narrow when households order often."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    r = u.sum() / d.sum()
    se = np.std(u - r * d, ddof=1) / d.mean() / math.sqrt(d.sum())
    return r, r - 1.96 * se, r + 1.96 * se


def ratio_interval__wrong_numerator_only(revenue, orders):
    """Takes the number of orders as fixed: only the spread of revenue enters the standard error."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    r = u.sum() / d.sum()
    se = np.std(u, ddof=1) / d.mean() / math.sqrt(u.size)
    return r, r - 1.96 * se, r + 1.96 * se


def ratio_interval__wrong_division_by_zero(revenue, orders):
    """Raises ZeroDivisionError when nobody ordered, instead of three NaN."""
    r = sum(revenue) / sum(orders)
    e = [a - r * b for a, b in zip(revenue, orders)]
    se = statistics.stdev(e) / statistics.fmean(orders) / math.sqrt(len(e))
    return r, r - 1.96 * se, r + 1.96 * se


# ---- t_learner_uplift


def t_learner_uplift__right_dict_of_models(X, t, y, Xnew, make=LinearRegression):
    X, t, y = np.asarray(X), np.asarray(t), np.asarray(y)
    if len(set(t.tolist())) < 2:
        return np.full(len(Xnew), np.nan)
    predictions = {}
    for arm in (0, 1):
        model = make()
        model.fit(X[t == arm], y[t == arm])
        predictions[arm] = np.asarray(model.predict(Xnew), dtype=float)
    return predictions[1] - predictions[0]


def t_learner_uplift__right_helper(X, t, y, Xnew, make=LinearRegression):
    def outcome(rows):
        if not rows.any():
            return np.full(np.shape(Xnew)[0], np.nan)
        m = make()
        m.fit(X[rows], y[rows])
        return m.predict(Xnew)

    treated = np.asarray(t).astype(bool)
    return outcome(treated) - outcome(~treated)


def t_learner_uplift__wrong_one_model(X, t, y, Xnew, make=LinearRegression):
    """One model with t as a further feature (S-learner): a linear model then gives everybody the same uplift."""
    if len(np.unique(t)) < 2:
        return np.full(len(Xnew), np.nan)
    m = make()
    m.fit(np.column_stack([X, t]), y)
    ones, zeros = np.ones(len(Xnew)), np.zeros(len(Xnew))
    return m.predict(np.column_stack([Xnew, ones])) - m.predict(np.column_stack([Xnew, zeros]))


def t_learner_uplift__wrong_control_less_treated_again(X, t, y, Xnew, make=LinearRegression):
    """The sign is turned: outcome without the treatment less with it."""
    if len(np.unique(t)) < 2:
        return np.full(len(Xnew), np.nan)
    a, b = make(), make()
    a.fit(X[t == 0], y[t == 0])
    b.fit(X[t == 1], y[t == 1])
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_same_model_object(X, t, y, Xnew, make=LinearRegression):
    """Both names are one model: the second fit replaces the first before either predicts, so every uplift is 0."""
    if len(np.unique(t)) < 2:
        return np.full(len(Xnew), np.nan)
    model = make()
    with_it = model.fit(X[t == 1], y[t == 1])
    without = model.fit(X[t == 0], y[t == 0])
    return with_it.predict(Xnew) - without.predict(Xnew)


def t_learner_uplift__wrong_ignores_make(X, t, y, Xnew, make=LinearRegression):
    """Always fits LinearRegression: the model that the caller hands over is not used."""
    if len(np.unique(t)) < 2:
        return np.full(len(Xnew), np.nan)
    a = LinearRegression().fit(X[t == 1], y[t == 1])
    b = LinearRegression().fit(X[t == 0], y[t == 0])
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_empty_arm_raises_again(X, t, y, Xnew, make=LinearRegression):
    """An empty arm makes fit raise; NaN for every new customer is asked."""
    a, b = make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X[t == 0], y[t == 0])
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_baseline_is_everybody(X, t, y, Xnew, make=LinearRegression):
    """The second model learns from all customers instead of the untreated: the uplift is too small."""
    if len(np.unique(t)) < 2:
        return np.full(len(Xnew), np.nan)
    a, b = make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X, y)
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_one_nan(X, t, y, Xnew, make=LinearRegression):
    """Returns a single NaN, not one for each new customer, when an arm is empty."""
    if len(np.unique(t)) < 2:
        return np.nan
    a, b = make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X[t == 0], y[t == 0])
    return a.predict(Xnew) - b.predict(Xnew)


# ---- uplift_at_k


def uplift_at_k__right_sorted_list(y, t, score, frac):
    n = len(y)
    k = math.floor(round(n * frac, 9))
    best = sorted(range(n), key=lambda i: -score[i])[:k]
    a = [y[i] for i in best if t[i] == 1]
    b = [y[i] for i in best if t[i] == 0]
    return sum(a) / len(a) - sum(b) / len(b) if a and b else math.nan


def uplift_at_k__right_pandas_again(y, t, score, frac):
    df = pd.DataFrame(
        {"y": np.asarray(y, float), "t": np.asarray(t), "s": np.asarray(score, float)}
    )
    top = df.sort_values("s", ascending=False, kind="stable").head(int(len(df) * frac + 5e-10))
    means = top.groupby("t")["y"].mean()
    return means.get(1, np.nan) - means.get(0, np.nan)


def uplift_at_k__wrong_binary_floor(y, t, score, frac):
    """int(n * frac) without rounding: 0.29 of 100 is 28.999999999999996, so 28 are chosen."""
    y, t, score = map(np.asarray, (y, t, score))
    top = np.argsort(-score, kind="stable")[: int(len(y) * frac)]
    a, b = y[top][t[top] == 1], y[top][t[top] == 0]
    return a.mean() - b.mean() if len(a) and len(b) else math.nan


def uplift_at_k__wrong_rounds_to_nearest(y, t, score, frac):
    """round(n * frac) rounds up from a half: a customer too many (shows when n * frac is not whole)."""
    y, t, score = map(np.asarray, (y, t, score))
    top = np.argsort(-score, kind="stable")[: round(len(y) * frac)]
    a, b = y[top][t[top] == 1], y[top][t[top] == 0]
    return a.mean() - b.mean() if len(a) and len(b) else math.nan


def uplift_at_k__wrong_reversed_sort(y, t, score, frac):
    """argsort()[::-1] reverses ties: of equal scores the later one is chosen first (shows with ties at the cut)."""
    y, t, score = map(np.asarray, (y, t, score))
    top = np.argsort(score, kind="stable")[::-1][: int(round(len(y) * frac, 9))]
    a, b = y[top][t[top] == 1], y[top][t[top] == 0]
    return a.mean() - b.mean() if len(a) and len(b) else math.nan


def uplift_at_k__wrong_top_of_each_arm(y, t, score, frac):
    """Takes the best part of each arm apart, not of all customers together."""
    y, t, score = map(np.asarray, (y, t, score))
    means = []
    for g in (1, 0):
        yy, ss = y[t == g], score[t == g]
        k = int(round(len(yy) * frac, 9))
        if k == 0:
            return math.nan
        means.append(yy[np.argsort(-ss, kind="stable")[:k]].mean())
    return means[0] - means[1]


def uplift_at_k__wrong_empty_group_is_zero(y, t, score, frac):
    """A group without anybody has a mean of 0 instead of making the uplift NaN."""
    y, t, score = map(np.asarray, (y, t, score))
    top = np.argsort(-score, kind="stable")[: int(round(len(y) * frac, 9))]
    a, b = y[top][t[top] == 1], y[top][t[top] == 0]
    return (a.mean() if len(a) else 0.0) - (b.mean() if len(b) else 0.0)


def uplift_at_k__wrong_threshold_again(y, t, score, frac):
    """Takes everybody with a score of the k-th or more: with ties at the cut more than k are chosen."""
    y, t, score = map(np.asarray, (y, t, score))
    k = int(round(len(y) * frac, 9))
    if k == 0:
        return math.nan
    chosen = score >= np.sort(score)[::-1][k - 1]
    a, b = y[chosen & (t == 1)], y[chosen & (t == 0)]
    return a.mean() - b.mean() if len(a) and len(b) else math.nan


def uplift_at_k__wrong_at_least_one(y, t, score, frac):
    """max(1, k) and a control group of all untreated, chosen or not: the comparison is with other customers."""
    y, t, score = map(np.asarray, (y, t, score))
    top = np.argsort(-score, kind="stable")[: max(1, int(round(len(y) * frac, 9)))]
    a, b = y[top][t[top] == 1], y[t == 0]
    return a.mean() - b.mean() if len(a) and len(b) else math.nan


# ---- ips_snips_ess


def ips_snips_ess__right_plain_sums(r, pi_e, pi_b):
    w = [e / b for e, b in zip(pi_e, pi_b)]
    s, s2 = math.fsum(w), math.fsum(v * v for v in w)
    wr = math.fsum(v * x for v, x in zip(w, r))
    if s == 0:
        return 0.0, math.nan, 0.0
    return wr / len(w), wr / s, s * s / s2


def ips_snips_ess__right_numpy_average(r, pi_e, pi_b):
    w = np.divide(pi_e, pi_b)
    ips = np.mean(w * np.asarray(r, float))
    if not w.any():
        return ips, np.nan, 0.0
    p = w / w.sum()
    return ips, np.average(r, weights=w), 1 / np.sum(p**2)


def ips_snips_ess__wrong_inverted_weights(r, pi_e, pi_b):
    """The weights are upside down: behaviour over new policy (and infinite where pi_e is 0)."""
    with np.errstate(all="ignore"):
        w = np.divide(pi_b, pi_e)
    return (
        float(np.mean(w * np.asarray(r))),
        float(w @ np.asarray(r) / w.sum()),
        float(w.sum() ** 2 / (w @ w)),
    )


def ips_snips_ess__wrong_only_possible_rows(r, pi_e, pi_b):
    """Rows with pi_e = 0 are left out of the average: IPS divides by too few rows."""
    r, e, b = (np.asarray(v, float) for v in (r, pi_e, pi_b))
    k = e > 0
    if not k.any():
        return 0.0, math.nan, 0.0
    w = e[k] / b[k]
    return float((w * r[k]).mean()), float(w @ r[k] / w.sum()), float(w.sum() ** 2 / (w @ w))


def ips_snips_ess__wrong_zero_snips(r, pi_e, pi_b):
    """SNIPS is 0, not NaN, when every weight is 0."""
    w = np.divide(pi_e, pi_b)
    r = np.asarray(r, float)
    s = w.sum()
    return (
        float((w * r).mean()),
        float(w @ r / s) if s else 0.0,
        float(s**2 / (w @ w)) if s else 0.0,
    )


def ips_snips_ess__wrong_nan_ess(r, pi_e, pi_b):
    """0 / 0 is left as NaN for ESS when every weight is 0; 0 is asked."""
    w, r = np.divide(pi_e, pi_b), np.asarray(r, float)
    with np.errstate(all="ignore"):
        return (
            float((w * r).mean()),
            float((w * r).sum() / w.sum()),
            float(w.sum() ** 2 / (w**2).sum()),
        )


def ips_snips_ess__wrong_ess_of_rewards_again(r, pi_e, pi_b):
    """ESS is computed from weight times reward instead of the weights: rows without a reward do not count."""
    w, r = np.divide(pi_e, pi_b), np.asarray(r, float)
    if not w.any():
        return 0.0, math.nan, 0.0
    q = w * r
    return (
        float(q.mean()),
        float(q.sum() / w.sum()),
        float(q.sum() ** 2 / (q @ q)) if q.any() else 0.0,
    )


def ips_snips_ess__wrong_clipped_again(r, pi_e, pi_b):
    """Clips the weights at 10, which nobody asked for: biased where a weight is larger."""
    w, r = np.minimum(np.divide(pi_e, pi_b), 10), np.asarray(r, float)
    if not w.any():
        return 0.0, math.nan, 0.0
    return float((w * r).mean()), float(w @ r / w.sum()), float(w.sum() ** 2 / (w @ w))


def ips_snips_ess__wrong_ratio_of_means_again(r, pi_e, pi_b):
    """One common weight, the ratio of the mean probabilities, for all rows."""
    w = np.full(len(r), np.mean(pi_e) / np.mean(pi_b))
    r = np.asarray(r, float)
    if not w.any():
        return 0.0, math.nan, 0.0
    return float((w * r).mean()), float(r.mean()), float(w.sum() ** 2 / (w @ w))


# ---- thompson_step


def thompson_step__right_loop_again(successes, trials, rng):
    rng = np.random.default_rng(rng)
    draws = [rng.beta(s + 1, n - s + 1) for s, n in zip(successes, trials)]
    return draws.index(max(draws))


def thompson_step__right_scipy_again(successes, trials, rng):
    s, n = np.asarray(successes), np.asarray(trials)
    return stats.beta(1 + s, 1 + n - s).rvs(random_state=np.random.default_rng(rng)).argmax()


def thompson_step__wrong_greedy_again(successes, trials, rng):
    """Takes the arm with the highest mean of the belief: the same arm each time, no draw at all."""
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax((s + 1) / (n + 2)))


def thompson_step__wrong_trials_for_failures(successes, trials, rng):
    """Beta(1 + successes, 1 + trials): trials are taken for failures, so every rate is believed too low and good arms are chosen too rarely."""
    rng = np.random.default_rng(rng)
    return int(np.argmax(rng.beta(np.asarray(successes) + 1, np.asarray(trials) + 1)))


def thompson_step__wrong_no_prior_again(successes, trials, rng):
    """The uniform belief is left out; a count of 0 is replaced by a tiny number, so an arm without clicks has practically no chance."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(rng.beta(np.maximum(s, 1e-3), np.maximum(n - s, 1e-3))))


def thompson_step__wrong_jeffreys(successes, trials, rng):
    """Beta(1/2, 1/2) at the start instead of the uniform belief: other chances with few trials."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(rng.beta(s + 0.5, n - s + 0.5)))


def thompson_step__wrong_fixed_seed(successes, trials, rng):
    """A fresh generator with seed 0 in every call: the generator handed over is not used, and each step draws the same numbers."""
    gen = np.random.default_rng(0)
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(gen.beta(s + 1, n - s + 1)))


def thompson_step__wrong_one_uniform_for_all(successes, trials, rng):
    """One random number is used for all arms through the inverse distribution: draws of the arms are not independent."""
    u = np.random.default_rng(rng).random()
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(stats.beta.ppf(u, s + 1, n - s + 1)))


def thompson_step__wrong_epsilon_greedy_again(successes, trials, rng):
    """Epsilon-greedy: explores at random one time in ten, and not in proportion to the chance of being best."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes), np.asarray(trials)
    if rng.random() < 0.1:
        return int(rng.integers(len(s)))
    return int(np.argmax((s + 1) / (n + 2)))


# ---- coupon_policy


def _moves(m):
    f = np.arange(m)
    return np.maximum(f - 1, 0), np.minimum(f + 1, m - 1)


def coupon_policy__right_policy_iteration_again(wait, send, gamma):
    wait, send = np.asarray(wait, float), np.asarray(send, float)
    m = len(wait)
    down, up = _moves(m)
    act = np.zeros(m, int)
    while True:
        nxt = np.where(act == 1, up, down)
        P = np.zeros((m, m))
        P[np.arange(m), nxt] = 1
        v = np.linalg.solve(np.eye(m) - gamma * P, np.where(act == 1, send, wait))
        gain = send + gamma * v[up] - wait - gamma * v[down]
        new = np.where(act == 1, gain > -1e-10, gain > 1e-10).astype(int)
        if (new == act).all():
            return v.tolist(), (gain > 1e-6).astype(int).tolist()
        act = new


def coupon_policy__right_lists(wait, send, gamma):
    m = len(wait)
    v = [0.0] * m
    while True:
        w = [wait[f] + gamma * v[max(f - 1, 0)] for f in range(m)]
        s = [send[f] + gamma * v[min(f + 1, m - 1)] for f in range(m)]
        new = [max(a, b) for a, b in zip(w, s)]
        change = max(abs(a - b) for a, b in zip(new, v))
        v = new
        if change * gamma <= 1e-9 * (1 - gamma):
            break
        if change <= 4e-16 * max(map(abs, v)):
            break
    return v, [
        int(send[f] + gamma * v[min(f + 1, m - 1)] - wait[f] - gamma * v[max(f - 1, 0)] > 1e-6)
        for f in range(m)
    ]


def _sweeps(wait, send, gamma, n=None, tol=1e-13):
    wait, send = np.asarray(wait, float), np.asarray(send, float)
    down, up = _moves(len(wait))
    v = np.zeros(len(wait))
    for _ in range(n or 1_000_000):
        new = np.maximum(wait + gamma * v[down], send + gamma * v[up])
        done = np.abs(new - v).max() <= tol * max(1.0, np.abs(new).max())
        v = new
        if done and n is None:
            break
    return v, wait + gamma * v[down], send + gamma * v[up]


def coupon_policy__wrong_fifty_sweeps(wait, send, gamma):
    """Stops after 50 sweeps: far from settled when gamma is near 1."""
    v, w, s = _sweeps(wait, send, gamma, n=50)
    return v.tolist(), (s - w > 1e-6).astype(int).tolist()


def coupon_policy__wrong_stops_at_small_change(wait, send, gamma):
    """Stops when a sweep changes less than 1e-6; the error left may be gamma / (1 - gamma) times that, so it is too large for gamma near 1."""
    wait, send = np.asarray(wait, float), np.asarray(send, float)
    down, up = _moves(len(wait))
    v = np.zeros(len(wait))
    while True:
        w, s = wait + gamma * v[down], send + gamma * v[up]
        new = np.maximum(w, s)
        if np.abs(new - v).max() < 1e-6:
            return new.tolist(), (s - w > 1e-6).astype(int).tolist()
        v = new


def coupon_policy__wrong_myopic(wait, send, gamma):
    """The actions compare this week's margins only; the values are right."""
    v, _, _ = _sweeps(wait, send, gamma)
    return v.tolist(), [int(s - w > 1e-6) for w, s in zip(wait, send)]


def coupon_policy__wrong_directions_swapped_again(wait, send, gamma):
    """Waiting raises fatigue and sending lowers it: the moves are exchanged."""
    wait, send = np.asarray(wait, float), np.asarray(send, float)
    down, up = _moves(len(wait))
    v = np.zeros(len(wait))
    for _ in range(6000):
        v = np.maximum(wait + gamma * v[up], send + gamma * v[down])
    return v.tolist(), (send + gamma * v[down] - wait - gamma * v[up] > 1e-6).astype(int).tolist()


def coupon_policy__wrong_ties_send(wait, send, gamma):
    """Sends where sending gains nothing: `>=` where a gain of more than 1e-6 is asked (shows with equal sums)."""
    v, w, s = _sweeps(wait, send, gamma)
    return v.tolist(), (s >= w - 1e-6).astype(int).tolist()


def coupon_policy__wrong_wraps_around_again(wait, send, gamma):
    """np.roll wraps the states: waiting at fatigue 0 leads to the most tired state, sending at the last one to 0."""
    wait, send = np.asarray(wait, float), np.asarray(send, float)
    v = np.zeros(len(wait))
    for _ in range(6000):
        w, s = wait + gamma * np.roll(v, 1), send + gamma * np.roll(v, -1)
        v = np.maximum(w, s)
    return v.tolist(), (s - w > 1e-6).astype(int).tolist()


def coupon_policy__wrong_integer_values(wait, send, gamma):
    """zeros_like keeps the type of the margins: with whole numbers the values are cut off to integers in every sweep."""
    wait, send = np.array(wait), np.array(send)
    v = np.zeros_like(wait)
    down, up = _moves(len(wait))
    for _ in range(5000):
        v[:] = np.maximum(wait + gamma * v[down], send + gamma * v[up])
    w, s = wait + gamma * v[down], send + gamma * v[up]
    return v.tolist(), (s - w > 1e-6).astype(int).tolist()


# Which misconceptions are true of which answers.


def _bm_memo(households, log, defect=None):
    def group(g):
        rows = [h for h in households if h[0] == g]
        if defect == "buyers_only":
            rows = [h for h in rows if h[2] > 0]
        if not rows:
            return math.nan
        if defect == "post_only":
            return sum(h[2] for h in rows) / len(rows)
        return sum(h[2] - h[1] for h in rows) / len(rows)

    effect = group(1) if defect == "recipients_only" else group(1) - group(0)
    half = len(log) // 2
    choose = log if defect == "arm_from_whole_log" else log[:half]
    arms = sorted({a for a, _ in choose})

    def clicks(a, rows):
        return [c for b, c in rows if a == b]

    if defect == "arm_by_clicks":
        arm = max(arms, key=lambda a: (sum(clicks(a, choose)), -a))
    else:
        arm = max(
            arms, key=lambda a: (Fraction(sum(clicks(a, choose)), len(clicks(a, choose))), -a)
        )
    shown = clicks(arm, log[:half] if defect == "rate_in_sample" else log[half:])
    return effect, arm, sum(shown) / len(shown) if shown else math.nan


_BM_DEFECTS = (
    "post_only",
    "recipients_only",
    "buyers_only",
    "arm_by_clicks",
    "arm_from_whole_log",
    "rate_in_sample",
)


def _bm_table():
    two, log = [(1, 10, 20), (0, 10, 10)], [(0, 1), (0, 1)]
    return {
        "post_only": ([(1, 50, 60), (0, 10, 10)], log),
        "recipients_only": ([(1, 10, 20), (0, 10, 15)], log),
        "buyers_only": ([(1, 10, 20), (1, 10, 0), (0, 10, 10)], log),
        "arm_by_clicks": (two, [(0, 1), (0, 1), (0, 0), (1, 1)] + [(0, 0), (1, 1), (0, 1), (1, 1)]),
        "arm_from_whole_log": (two, [(0, 1), (1, 0), (0, 0), (1, 1), (1, 1), (0, 0)]),
        "rate_in_sample": (two, [(0, 1), (0, 0)]),
    }


def break_memo__right_table_once_more(defect):
    """A look-up table, one small change for each defect."""
    return _bm_table()[defect]


def break_memo__right_one_for_all_once_more(defect):
    """The same 4 households and 12 rows of the log break all six."""
    households = [(1, 100, 130), (1, 40, 0), (0, 10, 15), (0, 20, 27)]
    log = [(0, 1), (0, 1), (0, 0), (1, 1), (2, 0), (2, 0)]
    log += [(1, 0), (1, 0), (1, 0), (0, 1), (0, 1), (0, 1)]
    return households, log


def break_memo__right_search(defect):
    """Draws random small data until its own memo and the flawed one differ."""
    rng = random.Random(3)
    while True:
        households = [
            (1, rng.randint(0, 999), rng.randint(0, 2) * 400),
            (0, rng.randint(0, 999), rng.randint(0, 2) * 400),
        ]
        log = [(rng.randint(0, 2), rng.randint(0, 1)) for _ in range(2 * rng.randint(1, 6))]
        good, bad = _bm_memo(households, log), _bm_memo(households, log, defect)
        if any(not (g == b or (g != g and b != b)) for g, b in zip(good, bad)):
            return households, log


def break_memo__right_nan_and_borders(defect):
    """Works with NaN: an empty group of buyers, an arm that is not shown again; arm 9 and 999 USD."""
    if defect in ("post_only", "recipients_only", "buyers_only"):
        return [(0, 999, 0), (1, 0, 999)], [(9, 0), (9, 0)]
    if defect == "rate_in_sample":
        return [(0, 0, 0), (1, 0, 0)], [(9, 1), (0, 1)]
    if defect == "arm_by_clicks":
        return [(0, 0, 0), (1, 0, 0)], [
            (9, 1),
            (9, 1),
            (9, 0),
            (3, 1),
            (9, 1),
            (9, 1),
            (9, 1),
            (9, 1),
        ]
    return [(0, 0, 0), (1, 0, 0)], [(9, 0), (3, 1)]


def _bm_patch(defect, name, value):
    return value if defect == name else _bm_table()[defect]


def break_memo__wrong_equal_means_before(defect):
    """post_only: single households differ before, the two groups' means do not ([20, 40] and [30])."""
    return _bm_patch(
        defect, "post_only", ([(1, 20, 50), (1, 40, 60), (0, 30, 20)], [(0, 1), (0, 1)])
    )


def break_memo__wrong_others_cancel(defect):
    """recipients_only: each of the others changes, +10 and -10, so their mean change is 0."""
    return _bm_patch(
        defect, "recipients_only", ([(1, 10, 20), (0, 10, 20), (0, 30, 20)], [(0, 1), (0, 1)])
    )


def break_memo__wrong_left_out_at_mean(defect):
    """buyers_only: who spent nothing has just the mean change of its group (-10), so nothing moves."""
    rows = [(1, 10, 0), (1, 20, 10), (0, 10, 10)]
    return _bm_patch(defect, "buyers_only", (rows, [(0, 1), (0, 1)]))


def break_memo__wrong_nothing_before(defect):
    """buyers_only: the household spent nothing before the campaign, not after it."""
    return _bm_patch(
        defect, "buyers_only", ([(1, 0, 30), (1, 10, 20), (0, 0, 10)], [(0, 1), (0, 1)])
    )


def break_memo__wrong_tie_takes_lowest(defect):
    """arm_from_whole_log: the second half only brings a tie (1/2 and 1/2), and the lowest stays."""
    log = [(0, 1), (1, 0), (0, 0), (1, 1)]
    return _bm_patch(defect, "arm_from_whole_log", ([(1, 10, 20), (0, 10, 10)], log))


def break_memo__wrong_equal_rates_tie(defect):
    """arm_by_clicks: 2 of 2 against 1 of 1 is a tie of rates, and the lowest is also first by clicks."""
    log = [(0, 1), (0, 1), (1, 1), (0, 0), (1, 1), (1, 1)]
    return _bm_patch(defect, "arm_by_clicks", ([(1, 10, 20), (0, 10, 10)], log))


def break_memo__wrong_halves_per_arm(defect):
    """rate_in_sample: thinks the halves are cut within each arm; in the log's halves the rate is 1/2."""
    log = [(0, 1), (0, 0), (1, 0), (0, 1), (0, 0), (1, 0)]
    return _bm_patch(defect, "rate_in_sample", ([(1, 10, 20), (0, 10, 10)], log))


def break_memo__wrong_empty_log(defect):
    """The three defects of the effect come with an empty log, but it needs 2 rows at least."""
    households, log = _bm_table()[defect]
    return households, log if defect[:3] in ("arm", "rat") else []


def break_memo__wrong_arm_ten(defect):
    """arm_by_clicks: arms counted from 1 to 10, but 10 is not allowed."""
    log = [(1, 1), (1, 1), (1, 0), (10, 1), (1, 0), (1, 0), (10, 1), (10, 1)]
    return _bm_patch(defect, "arm_by_clicks", ([(1, 10, 20), (0, 10, 10)], log))


def break_memo__wrong_no_control(defect):
    """buyers_only: the group with nobody left had nobody from the start; one must not be sent."""
    return _bm_patch(defect, "buyers_only", ([(1, 10, 20), (1, 10, 0)], [(0, 1), (0, 1)]))


def _more_ab(treated, control):
    a, b = np.asarray(treated, float), np.asarray(control, float)
    diff = a.mean() - b.mean()
    va = 0.0 if a.min() == a.max() else a.var(ddof=1) / a.size
    vb = 0.0 if b.min() == b.max() else b.var(ddof=1) / b.size
    if va + vb == 0:
        return float(diff), float(diff), float(diff)
    df = 1 / ((va / (va + vb)) ** 2 / (a.size - 1) + (vb / (va + vb)) ** 2 / (b.size - 1))
    half = stats.t.ppf(0.975, df) * math.sqrt(va + vb)
    return float(diff), float(diff - half), float(diff + half)


def ab_readout__right_numpy(treated, control):
    """Welch by hand with NumPy, relative weights in the degrees of freedom."""
    return _more_ab(treated, control)


def ab_readout__right_scipy_once_more(treated, control):
    """SciPy's confidence_interval; arms that do not vary are handled before."""
    a, b = np.array(treated, float), np.array(control, float)
    if np.ptp(a) == 0 and np.ptp(b) == 0:
        return (float(a[0] - b[0]),) * 3
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        interval = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    return float(np.mean(a) - np.mean(b)), float(interval.low), float(interval.high)


def ab_readout__right_fractions(treated, control):
    """Means, variances and degrees of freedom exact with fractions, rounded once."""

    def moments(values):
        values = [Fraction(float(v)) for v in values]
        mean = sum(values) / len(values)
        return (
            mean,
            sum((v - mean) ** 2 for v in values) / (len(values) - 1) / len(values),
            len(values),
        )

    (m1, v1, n1), (m0, v0, n0) = moments(treated), moments(control)
    d = float(m1 - m0)
    if v1 + v0 == 0:
        return d, d, d
    df = (v1 + v0) ** 2 / (v1**2 / (n1 - 1) + v0**2 / (n0 - 1))
    half = -special.stdtrit(float(df), 0.025) * math.sqrt(v1 + v0)
    return d, d - half, d + half


def ab_readout__right_statistics(treated, control):
    """The statistics module and scipy.stats.t.interval."""
    a, b = [float(x) for x in treated], [float(x) for x in control]
    difference = statistics.fmean(a) - statistics.fmean(b)
    parts = [(statistics.variance(x) / len(x), len(x) - 1) for x in (a, b)]
    total = sum(v for v, _ in parts)
    if total == 0:
        return difference, difference, difference
    df = total**2 / sum(v * v / n for v, n in parts)
    low, high = stats.t.interval(0.95, df, loc=difference, scale=math.sqrt(total))
    return difference, float(low), float(high)


def _ab_with(treated, control, se=None, df=None, const="both", quantile=None, var=None):
    a, b = np.asarray(treated, float), np.asarray(control, float)
    n, m = len(a), len(b)
    d = float(a.mean() - b.mean())
    s, r = (a.var(ddof=1), b.var(ddof=1)) if var is None else (var(a), var(b))
    if s == 0 and r == 0:
        return d, d, d
    v, w = s / n, r / m
    error = math.sqrt(v + w) if se is None else se(s, r, n, m)
    free = (v + w) ** 2 / (v**2 / (n - 1) + w**2 / (m - 1)) if df is None else df(s, r, n, m)
    q = stats.t.ppf(0.975, free) if quantile is None else quantile(free, n, m)
    return d, float(d - q * error), float(d + q * error)


def ab_readout__wrong_swapped_n(treated, control):
    """Divides each variance by the other arm's size: right for arms of equal size only ([1, 5], [1, 2, 3])."""
    return _ab_with(treated, control, se=lambda s, r, n, m: math.sqrt(s / m + r / n))


def ab_readout__wrong_df_one_n(treated, control):
    """Degrees of freedom with the treated arm's n - 1 in both terms; wrong on [1, 5], [1, 2, 3, 9]."""

    def df(s, r, n, m):
        return (s / n + r / m) ** 2 / ((s / n) ** 2 / (n - 1) + (r / m) ** 2 / (n - 1))

    return _ab_with(treated, control, df=df)


def ab_readout__wrong_average_n(treated, control):
    """Standard error from the sum of variances over the mean arm size; wrong on [1, 5], [1, 2, 3, 9]."""
    return _ab_with(treated, control, se=lambda s, r, n, m: math.sqrt((s + r) / ((n + m) / 2)))


def ab_readout__wrong_one_constant_arm(treated, control):
    """No interval as soon as one arm does not vary; wrong on [1, 2, 3], [5, 5]."""
    d = float(np.mean(treated) - np.mean(control))
    if np.ptp(treated) == 0 or np.ptp(control) == 0:
        return d, d, d
    return _more_ab(treated, control)


def ab_readout__wrong_student_if_equal(treated, control):
    """Pools when both variances happen to be equal; wrong on [1, 2, 3], [0, 0, 1, 2, 2]."""
    s, r = np.var(treated, ddof=1), np.var(control, ddof=1)
    if math.isclose(s, r):
        return _ab_with(treated, control, df=lambda s, r, n, m: n + m - 2)
    return _more_ab(treated, control)


def ab_readout__wrong_normal_from_thirty(treated, control):
    """Takes 1.96 once both arms have 30 units; wrong on two arms of 30 (t is 2.00)."""
    return _ab_with(
        treated,
        control,
        quantile=lambda f, n, m: 1.96 if min(n, m) >= 30 else stats.t.ppf(0.975, f),
    )


def ab_readout__wrong_absolute_zero(treated, control):
    """Says that nothing varies when the squared error is below 1e-12; wrong on [1e-7, 3e-7], [2e-7, 9e-7]."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    d = float(a.mean() - b.mean())
    if a.var(ddof=1) / a.size + b.var(ddof=1) / b.size < 1e-12:
        return d, d, d
    return _more_ab(treated, control)


def ab_readout__wrong_cancellation(treated, control):
    """Variance as mean square less squared mean; wrong (or NaN) on [1e9, 1e9 + 1, 1e9 + 2], [1e9, 1e9 + 1]."""
    d, low, high = _ab_with(
        treated,
        control,
        var=lambda x: max(0.0, (np.mean(x * x) - np.mean(x) ** 2) * len(x) / (len(x) - 1)),
    )
    return d, low, high


def ab_readout__wrong_ends_follow_sign(treated, control):
    """Measures the half width along the sign of the difference: low is above high if it is negative."""
    d, low, high = _more_ab(treated, control)
    half = (high - low) / 2 * (-1 if d < 0 else 1)
    return d, d - half, d + half


def ab_readout__wrong_nan_if_nothing_varies(treated, control):
    """The degrees of freedom are 0 / 0 and both ends NaN when neither arm varies, [5, 5], [3, 3]."""
    d, low, high = _more_ab(treated, control)
    if np.ptp(treated) == 0 and np.ptp(control) == 0:
        low = high = math.nan
    return d, low, high


def _cu_slope(y, x):
    if np.ptp(x) == 0:
        return 0.0
    dx = x - x.mean()
    return float(dx @ (y - y.mean()) / (dx @ dx))


def _cu_read(y, x, t, slope, readout=_more_ab):
    left = y - slope * (x - x.mean())
    return readout(left[t == 1], left[t == 0])


def _cu_arrays(y, x, t):
    return np.array(y, float), np.array(x, float), np.array(t)


def cuped__right_numpy(y, x, t):
    """Slope as covariance over variance, then Welch."""
    y, x, t = _cu_arrays(y, x, t)
    return _cu_read(y, x, t, _cu_slope(y, x))


def cuped__right_lstsq(y, x, t):
    """Least squares on a centred and scaled column and a constant; the residuals plus the mean of y."""
    y, x, t = _cu_arrays(y, x, t)
    scale = np.ptp(x) or 1.0
    design = np.column_stack([np.ones(len(x)), (x - x.mean()) / scale])
    left = y if np.ptp(x) == 0 else y - design[:, 1] * np.linalg.lstsq(design, y, rcond=None)[0][1]
    return _more_ab(left[t == 1], left[t == 0])


def cuped__right_fractions(y, x, t):
    """Exact arithmetic for what is left of y, one rounding at the end."""
    y, x = [Fraction(float(v)) for v in y], [Fraction(float(v)) for v in x]
    mx, my = sum(x) / len(x), sum(y) / len(y)
    sxx = sum((a - mx) ** 2 for a in x)
    slope = sum((a - mx) * (b - my) for a, b in zip(x, y)) / sxx if sxx else Fraction(0)
    left = [b - slope * (a - mx) for a, b in zip(x, y)]
    return ab_readout__right_fractions_exact(
        [v for v, one in zip(left, t) if one == 1], [v for v, one in zip(left, t) if one == 0]
    )


def cuped__right_residuals_by_linregress(y, x, t):
    """scipy.stats.linregress; the arms by a loop; x is not centred but the mean is added back."""
    y, x, t = _cu_arrays(y, x, t)
    slope = stats.linregress(x - x[0], y).slope if x.max() > x.min() else 0.0
    centre = math.fsum(x) / len(x)
    arms = {0: [], 1: []}
    for outcome, past, arm in zip(y.tolist(), x.tolist(), t.tolist()):
        arms[int(arm)].append(outcome - slope * (past - centre))
    return _more_ab(arms[1], arms[0])


def cuped__wrong_median_centre(y, x, t):
    """Slope through the median of x instead of its mean; wrong for skew x ([0, 0, 0, 9])."""
    y, x, t = _cu_arrays(y, x, t)
    if np.ptp(x) == 0:
        return _more_ab(y[t == 1], y[t == 0])
    dx = x - np.median(x)
    return _cu_read(y, x, t, dx @ (y - np.median(y)) / (dx @ dx))


def cuped__wrong_slope_not_negative(y, x, t):
    """A slope below 0 is set to 0 ('the past cannot lower spending'); wrong if y falls with x."""
    y, x, t = _cu_arrays(y, x, t)
    return _cu_read(y, x, t, max(0.0, _cu_slope(y, x)))


def cuped__wrong_absolute_zero(y, x, t):
    """x 'does not vary' if its standard deviation is below 1e-6; wrong on x in small units (1e-9)."""
    y, x, t = _cu_arrays(y, x, t)
    return _cu_read(y, x, t, 0.0 if x.std() < 1e-6 else _cu_slope(y, x))


def cuped__wrong_pooled_variance(y, x, t):
    """Reads what is left by Student's test with one variance; wrong unless both arms vary alike."""
    y, x, t = _cu_arrays(y, x, t)

    def student(a, b):
        d = float(a.mean() - b.mean())
        free = a.size + b.size - 2
        s = math.sqrt(
            (((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum())
            / free
            * (1 / a.size + 1 / b.size)
        )
        half = float(stats.t.ppf(0.975, free)) * s
        return d, d - half, d + half

    return _cu_read(y, x, t, _cu_slope(y, x), student)


def cuped__wrong_control_first(y, x, t):
    """Splits what is left after the first n0 units: only right if all controls come first."""
    y, x, t = _cu_arrays(y, x, t)
    left = y - _cu_slope(y, x) * (x - x.mean())
    n0 = int((t == 0).sum())
    return _more_ab(left[n0:], left[:n0])


def cuped__wrong_first_seen_is_control(y, x, t):
    """The arm of the first unit is taken for the control arm; wrong if t starts with 1."""
    y, x, t = _cu_arrays(y, x, t)
    left = y - _cu_slope(y, x) * (x - x.mean())
    control, treated = pd.unique(t)
    return _more_ab(left[t == treated], left[t == control])


def cuped__wrong_arms_weigh_alike(y, x, t):
    """The slope gives both arms the same total weight; wrong for arms of unequal size."""
    y, x, t = _cu_arrays(y, x, t)
    if np.ptp(x) == 0:
        return _more_ab(y[t == 1], y[t == 0])
    w = np.where(t == 1, 1 / (t == 1).sum(), 1 / (t == 0).sum()) / 2
    dx, dy = x - w @ x, y - w @ y
    return _cu_read(y, x, t, (w * dx) @ dy / ((w * dx) @ dx))


def cuped__wrong_nan_if_x_constant(y, x, t):
    """0 / 0 for the slope: NaN in all three if x does not vary ([1, 1, 1, 1])."""
    y, x, t = _cu_arrays(y, x, t)
    dx = x - x.mean()
    with np.errstate(all="ignore"):
        left = y - np.divide(dx @ y, dx @ dx) * dx
    return _more_ab(left[t == 1], left[t == 0])


def cuped__wrong_cancellation(y, x, t):
    """Slope from E[xy] - E[x]E[y] and E[x²] - E[x]²; wrong if x are seconds since 1970 (1.5e9 + small)."""
    y, x, t = _cu_arrays(y, x, t)
    bottom = np.mean(x * x) - x.mean() ** 2
    slope = 0.0 if bottom <= 0 else (np.mean(x * y) - x.mean() * y.mean()) / bottom
    return _cu_read(y, x, t, slope)


def cuped__wrong_equal_pasts_once(y, x, t):
    """The slope is computed on one unit per value of x; wrong if a past occurs twice ([0, 0, 1, 3])."""
    y, x, t = _cu_arrays(y, x, t)
    _, keep = np.unique(x, return_index=True)
    return _cu_read(y, x, t, _cu_slope(y[keep], x[keep]))


def ab_readout__right_fractions_exact(treated, control):
    """Takes fractions or floats; the same exact Welch with integer sums."""
    a, b = (
        [v if isinstance(v, Fraction) else Fraction(float(v)) for v in treated],
        [v if isinstance(v, Fraction) else Fraction(float(v)) for v in control],
    )
    d = float(sum(a) / len(a) - sum(b) / len(b))
    sizes, errors = (len(a), len(b)), []
    for arm in (a, b):
        n = len(arm)
        errors.append((n * sum(v * v for v in arm) - sum(arm) ** 2) / (n * n * (n - 1)))
    total = sum(errors)
    if not total:
        return d, d, d
    df = 1 / float(sum((e / total) ** 2 / (n - 1) for e, n in zip(errors, sizes)))
    half = float(stats.t.isf(0.025, df)) * math.sqrt(total)
    return d, d - half, d + half


def first_crossing__right_loop_once_more(z, c):
    """A loop over the looks."""
    n = len(z)
    for k, value in enumerate(z, 1):
        if abs(value) > c * math.sqrt(n / k):
            return k
    return 0


def first_crossing__right_numpy_once_more(z, c):
    """All limits at once, the first by argmax."""
    z = np.abs(np.asarray(z, float))
    beyond = z > c * np.sqrt(len(z) / np.arange(1, len(z) + 1))
    return int(beyond.argmax()) + 1 if beyond.any() else 0


def first_crossing__right_decimal_fractions(z, c):
    """No roots: z² k > c² K in exact decimal fractions."""
    n, c2 = len(z), Fraction(str(float(c))) ** 2
    return next((k for k, v in enumerate(z, 1) if Fraction(str(float(v))) ** 2 * k > c2 * n), 0)


def first_crossing__right_from_the_end(z, c):
    """Recursion on the looks from the last to the first; numbers both sides separately."""
    n = len(z)

    def first(k):
        if k > n:
            return 0
        limit = c * (n / k) ** 0.5
        return k if z[k - 1] > limit or z[k - 1] < -limit else first(k + 1)

    return first(1)


def first_crossing__wrong_on_limit(z, c):
    """On the limit counts as beyond it; wrong on [4, 0, 0, 0], 2.0 (0, not 1)."""
    n = len(z)
    return next((k for k in range(1, n + 1) if abs(z[k - 1]) >= c * math.sqrt(n / k)), 0)


def first_crossing__wrong_last_look_missing(z, c):
    """Looks only at interim looks, not at the last; wrong on [0, 0, 0, 3], 2.0."""
    n = len(z)
    return next((k for k in range(1, n) if abs(z[k - 1]) > c * math.sqrt(n / k)), 0)


def first_crossing__wrong_first_look_missing(z, c):
    """Starts at the second look; wrong on [5, 0, 0, 0], 2.0, and on a plan of one look."""
    n = len(z)
    return next((k for k in range(2, n + 1) if abs(z[k - 1]) > c * math.sqrt(n / k)), 0)


def first_crossing__wrong_largest_excess_once_more(z, c):
    """Returns the look that is farthest beyond its limit, not the first; wrong on [0, 3, 0, 9], 2.0."""
    z = np.abs(np.asarray(z, float))
    excess = z / (c * np.sqrt(len(z) / np.arange(1, len(z) + 1)))
    return int(excess.argmax()) + 1 if (excess > 1).any() else 0


def first_crossing__wrong_equal_values_index(z, c):
    """Finds a look by its value, so a repeated value has its first place; wrong on [2.2, 2.2], 2.0 (2, not 0)."""
    z = list(z)
    return next((z.index(v) + 1 for v in z if abs(v) > c * math.sqrt(len(z) / (z.index(v) + 1))), 0)


def first_crossing__wrong_rounded_limits(z, c):
    """Limits rounded to two decimals as in the text; wrong on [0, 2.829, 0, 0], 2.0 (limit 2.8284)."""
    n = len(z)
    return next((k for k in range(1, n + 1) if abs(z[k - 1]) > round(c * math.sqrt(n / k), 2)), 0)


def first_crossing__wrong_floor_division(z, c):
    """K // k under the root; wrong on [0, 0, 2.2, 0], 2.0 (limit 2.31, not 2)."""
    n = len(z)
    return next((k for k in range(1, n + 1) if abs(z[k - 1]) > c * math.sqrt(n // k)), 0)


def first_crossing__wrong_cap_at_four(z, c):
    """No limit above 4, as is common in tables; wrong on [4.2, 0, 0, 0, 0], 2.04 (limit 4.56)."""
    n = len(z)
    return next((k for k in range(1, n + 1) if abs(z[k - 1]) > min(4.0, c * math.sqrt(n / k))), 0)


def first_crossing__wrong_final_is_1_96(z, c):
    """The last look is tested at 1.96 as if it were the only one; wrong on [0, 0, 0, 1.98], 2.0."""
    n = len(z)
    for k in range(1, n + 1):
        if abs(z[k - 1]) > (1.96 if k == n and n > 1 else c * math.sqrt(n / k)):
            return k
    return 0


def first_crossing__wrong_binary_search(z, c):
    """Bisection, as if a crossing would last: wrong where z comes back, [5, 0, 0, 0], 2.0 (1, not 0)."""
    n = len(z)
    beyond = [abs(v) > c * math.sqrt(n / k) for k, v in enumerate(z, 1)]
    place = bisect.bisect_left(beyond, True)
    return place + 1 if place < n else 0


_NAN3 = (math.nan, math.nan, math.nan)


def _ri(u, d, ratio=None, mean_d=None):
    u, d = np.asarray(u, float), np.asarray(d, float)
    if d.sum() == 0:
        return _NAN3
    r = u.sum() / d.sum() if ratio is None else ratio
    left = u - r * d
    se = left.std(ddof=1) / (d.mean() if mean_d is None else mean_d) / math.sqrt(len(u))
    return float(r), float(r - 1.96 * se), float(r + 1.96 * se)


def ratio_interval__right_numpy(revenue, orders):
    """What is left of each household, its standard deviation, NumPy."""
    return _ri(revenue, orders)


def ratio_interval__right_fractions_covariance(revenue, orders):
    """Variances and the covariance, exact with fractions, so that nothing cancels."""
    u, d = [Fraction(float(v)) for v in revenue], [Fraction(int(v)) for v in orders]
    n, total = len(u), sum(d)
    if not total:
        return _NAN3
    r, mu, md = sum(u) / total, sum(u) / n, total / n

    def cov(a, ma, b, mb):
        return sum((x - ma) * (y - mb) for x, y in zip(a, b)) / (n - 1)

    var = (cov(u, mu, u, mu) + r * r * cov(d, md, d, md) - 2 * r * cov(u, mu, d, md)) / md**2 / n
    half = 1.96 * math.sqrt(var)
    return float(r), float(r) - half, float(r) + half


def ratio_interval__right_plain(revenue, orders):
    """Plain Python with fsum; the sum of squares of n r-residuals without a mean."""
    total = sum(int(o) for o in orders)
    if total == 0:
        return _NAN3
    n = len(revenue)
    r = math.fsum(revenue) / total
    squares = math.fsum((x - r * o) ** 2 for x, o in zip(revenue, orders))
    half = 1.96 * math.sqrt(squares * n / (n - 1)) / total
    return r, r - half, r + half


def ratio_interval__right_pandas_cov(revenue, orders):
    """A quadratic form in the matrix of covariances with the gradient of the ratio."""
    table = pd.DataFrame({"u": np.array(revenue, float), "d": np.array(orders, float)})
    mean = table.mean()
    if mean["d"] == 0:
        return _NAN3
    ratio = mean["u"] / mean["d"]
    influence = (table["u"] - ratio * table["d"]).div(mean["d"])
    half = 1.96 * influence.sem()
    return float(ratio), float(ratio - half), float(ratio + half)


def ratio_interval__wrong_mean_of_ratios_once_more(revenue, orders):
    """Mean of the buyers' own ratios, 15 in the example too; wrong on [10, 60], [1, 2] (20, not 70 / 3)."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    return _ri(u, d, ratio=float(np.mean(u[d > 0] / d[d > 0])) if d.any() else None)


def ratio_interval__wrong_buyers_only(revenue, orders):
    """Households with 0 orders are left out everywhere; wrong on [10, 20, 0], [1, 1, 0]."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if (d > 0).sum() < 2:
        return _ri(revenue, orders)
    return _ri(u[d > 0], d[d > 0])


def ratio_interval__wrong_orders_per_buyer(revenue, orders):
    """Divides by the mean orders of the buyers, keeps n of all; wrong on [10, 20, 0], [1, 1, 0]."""
    d = np.asarray(orders, float)
    return _ri(revenue, orders, mean_d=d[d > 0].mean() if d.any() else None)


def ratio_interval__wrong_zero_if_no_orders(revenue, orders):
    """Ratio 0 with an interval of NaN if nobody ordered; wrong on [0, 0], [0, 0]."""
    return (0.0, math.nan, math.nan) if not np.any(orders) else _ri(revenue, orders)


def ratio_interval__wrong_low_not_negative(revenue, orders):
    """The lower end is cut at 0 ('revenue is not negative'); wrong on [0, 100, 0], [1, 1, 1]."""
    r, low, high = _ri(revenue, orders)
    return r, low if math.isnan(low) else max(0.0, low), high


def ratio_interval__wrong_rounded_cents(revenue, orders):
    """What is left is computed from the ratio in whole cents; wrong on small prices, [0.001, 0.004], [1, 1]."""
    r, low, high = _ri(revenue, orders)
    if math.isnan(r):
        return _NAN3
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    se = (u - round(r, 2) * d).std(ddof=1) / d.mean() / math.sqrt(len(u))
    return round(r, 2), round(r, 2) - 1.96 * se, round(r, 2) + 1.96 * se


def ratio_interval__wrong_at_least_one_order(revenue, orders):
    """Puts 1 for 0 orders so that nothing is divided by 0; wrong on [10, 20, 0], [1, 1, 0]."""
    if not np.any(orders):
        return _NAN3
    return _ri(revenue, np.maximum(orders, 1))


def ratio_interval__wrong_same_households_once(revenue, orders):
    """A set of (revenue, orders): equal households count once; wrong on [10, 10, 40], [1, 1, 2]."""
    rows = sorted(set(zip((float(v) for v in revenue), (int(v) for v in orders))))
    if len(rows) < 2:
        return _ri(revenue, orders)
    return _ri([u for u, _ in rows], [d for _, d in rows])


def ratio_interval__wrong_buyers_in_root(revenue, orders):
    """The root holds the number of buyers, not of households; wrong on [10, 20, 0], [1, 1, 0]."""
    r, low, high = _ri(revenue, orders)
    share = math.sqrt(len(orders) / max(1, np.count_nonzero(orders)))
    return r, r - (r - low) * share, r + (high - r) * share


def _tl_nan(Xnew):
    return np.full(len(Xnew), np.nan)


def t_learner_uplift__right_masks_once_more(X, t, y, Xnew, make=LinearRegression):
    """Two masks, two models."""
    if (t == 1).sum() == 0 or (t == 0).sum() == 0:
        return _tl_nan(Xnew)
    one, other = make(), make()
    one.fit(X[t == 1], y[t == 1])
    other.fit(X[t == 0], y[t == 0])
    return np.asarray(one.predict(Xnew), float) - np.asarray(other.predict(Xnew), float)


def t_learner_uplift__right_signed_sum(X, t, y, Xnew, make=LinearRegression):
    """Adds the signed predictions of the two arms to an array that starts with 0."""
    uplift = np.zeros(Xnew.shape[0])
    for arm, sign in ((0, -1.0), (1, 1.0)):
        rows = np.flatnonzero(t == arm)
        if not rows.size:
            uplift[:] = np.nan
            break
        model = make()
        model.fit(X.take(rows, axis=0), y.take(rows))
        uplift += sign * model.predict(Xnew)
    return uplift


def t_learner_uplift__right_stable_split(X, t, y, Xnew, make=LinearRegression):
    """Sorts by arm (stable) and splits once."""
    order = np.argsort(t, kind="stable")
    cut = int(np.count_nonzero(t == 0))
    parts = list(zip(np.split(X[order], [cut]), np.split(y[order], [cut])))
    if any(len(b) == 0 for _, b in parts):
        return np.repeat(math.nan, len(Xnew))
    predictions = []
    for a, b in parts:
        model = make()
        model.fit(a, b)
        predictions.append(np.array(model.predict(Xnew), dtype=float))
    return np.subtract(*predictions[::-1])


def t_learner_uplift__right_recursion_reduce(X, t, y, Xnew, make=LinearRegression):
    """A closure for each arm, reduced by a difference; an empty arm is NaN and spreads."""

    def outcome(arm):
        rows = [i for i, one in enumerate(t.tolist()) if one == arm]
        if not rows:
            return _tl_nan(Xnew)
        model = make()
        model.fit(X[rows], y[rows])
        return 1.0 * model.predict(Xnew)

    return functools.reduce(lambda a, b: a - b, map(outcome, (1, 0)))


_tl = t_learner_uplift__right_masks_once_more


def t_learner_uplift__wrong_make_ignored_for_control(X, t, y, Xnew, make=LinearRegression):
    """The control model is always the linear one; wrong with make=DecisionTreeRegressor."""
    if not 0 < t.sum() < len(t):
        return _tl_nan(Xnew)
    a, b = make(), LinearRegression()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X[t == 0], y[t == 0])
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_no_controls(X, t, y, Xnew, make=LinearRegression):
    """Handles only the treated arm being empty; an empty control arm raises (t all 1)."""
    if not t.any():
        return _tl_nan(Xnew)
    a, b = make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X[t == 0], y[t == 0])
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_nan_for_old_customers(X, t, y, Xnew, make=LinearRegression):
    """With an empty arm, as many NaN as rows of X, not of Xnew (t all 0)."""
    return np.full(len(X), np.nan) if len(set(t.tolist())) < 2 else _tl(X, t, y, Xnew, make)


def t_learner_uplift__wrong_zero_without_arm(X, t, y, Xnew, make=LinearRegression):
    """An empty arm is predicted as 0 instead of NaN (t all 1: zero less nothing)."""
    return np.zeros(len(Xnew)) if len(set(t.tolist())) < 2 else _tl(X, t, y, Xnew, make)


def t_learner_uplift__wrong_one_model_interaction(X, t, y, Xnew, make=LinearRegression):
    """One model on X, t and X·t: the same for least squares only; wrong with a tree or neighbours."""
    if len(set(t.tolist())) < 2:
        return _tl_nan(Xnew)
    model = make()
    model.fit(np.column_stack([X, t, X * t[:, None]]), y)
    n = len(Xnew)
    one = model.predict(np.column_stack([Xnew, np.ones(n), Xnew]))
    return one - model.predict(np.column_stack([Xnew, np.zeros(n), 0 * Xnew]))


def t_learner_uplift__wrong_x_learner(X, t, y, Xnew, make=LinearRegression):
    """The X-learner (models of imputed effects): the same for least squares only; wrong with a tree."""
    if len(set(t.tolist())) < 2:
        return _tl_nan(Xnew)
    a, b, c, d = make(), make(), make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X[t == 0], y[t == 0])
    c.fit(X[t == 1], y[t == 1] - b.predict(X[t == 1]))
    d.fit(X[t == 0], a.predict(X[t == 0]) - y[t == 0])
    return (c.predict(Xnew) + d.predict(Xnew)) / 2


def t_learner_uplift__wrong_scaled(X, t, y, Xnew, make=LinearRegression):
    """Standardises the features first; wrong for models that feel the scale (neighbours, ridge)."""
    scale = StandardScaler().fit(X)
    return _tl(scale.transform(X), t, y, scale.transform(Xnew), make)


def t_learner_uplift__wrong_no_negative_uplift(X, t, y, Xnew, make=LinearRegression):
    """Cuts the uplift at 0; wrong where the treatment harms."""
    return np.maximum(_tl(X, t, y, Xnew, make), 0)


def t_learner_uplift__wrong_equal_arms(X, t, y, Xnew, make=LinearRegression):
    """Keeps the first rows of the larger arm only, so that the arms are equal; wrong on unequal arms."""
    n = min((t == 0).sum(), (t == 1).sum())
    keep = np.sort(np.r_[np.flatnonzero(t == 0)[:n], np.flatnonzero(t == 1)[:n]]).astype(int)
    return _tl(X[keep], t[keep], y[keep], Xnew, make) if n else _tl_nan(Xnew)


def t_learner_uplift__wrong_predict_proba(X, t, y, Xnew, make=LinearRegression):
    """Takes predict_proba where the model has it, though predict is promised; wrong with a classifier."""
    if len(set(t.tolist())) < 2:
        return _tl_nan(Xnew)
    out = []
    for arm in (1, 0):
        model = make()
        model.fit(X[t == arm], y[t == arm])
        out.append(
            model.predict_proba(Xnew)[:, -1]
            if hasattr(model, "predict_proba")
            else model.predict(Xnew)
        )
    return out[0] - out[1]


def _uk_n(n, frac):
    return math.floor(round(n * frac, 9))


def _uk_mean(rows, y, t):
    groups = [[float(y[i]) for i in rows if t[i] == arm] for arm in (1, 0)]
    if not all(groups):
        return math.nan
    return math.fsum(groups[0]) / len(groups[0]) - math.fsum(groups[1]) / len(groups[1])


def uplift_at_k__right_stable_argsort(y, t, score, frac):
    """A stable argsort of the negated score."""
    y, t = np.asarray(y, float), np.asarray(t)
    order = np.argsort(-np.asarray(score, float), kind="stable")[: _uk_n(len(y), frac)]
    y, t = y[order], t[order]
    if not (t == 1).any() or not (t == 0).any():
        return math.nan
    return float(y[t == 1].mean() - y[t == 0].mean())


def uplift_at_k__right_heap(y, t, score, frac):
    """heapq.nlargest with the position as second key."""
    k = _uk_n(len(y), frac)
    return _uk_mean(heapq.nlargest(k, range(len(y)), key=lambda i: (score[i], -i)), y, t)


def uplift_at_k__right_count_ranks(y, t, score, frac):
    """No sort: the rank of a customer is the number of those who come before it."""
    s = np.asarray(score, float)
    i = np.arange(len(s))
    before = (s[None, :] > s[:, None]) | ((s[None, :] == s[:, None]) & (i[None, :] < i[:, None]))
    whole = Decimal(len(s) * frac).quantize(Decimal("1e-9"))
    return _uk_mean(np.flatnonzero(before.sum(axis=1) < int(whole)).tolist(), y, t)


def uplift_at_k__right_pandas_once_more(y, t, score, frac):
    """pandas: stable sort, head, mean by arm, reindexed so that an empty arm is NaN."""
    frame = pd.DataFrame(
        {"y": np.array(y, float), "t": np.array(t, int), "s": np.array(score, float)}
    )
    top = frame.sort_values("s", ascending=False, kind="mergesort").head(_uk_n(len(frame), frac))
    means = top.groupby("t")["y"].mean().reindex([0, 1])
    return float(means.loc[1] - means.loc[0])


def uplift_at_k__wrong_unstable_sort_once_more(y, t, score, frac):
    """np.argsort without kind: earlier of equals only for few rows; wrong on 100 customers, 3 different scores."""
    order = np.argsort(-np.asarray(score, float))[: _uk_n(len(y), frac)]
    return _uk_mean(order.tolist(), y, t)


def uplift_at_k__wrong_tuple_sort(y, t, score, frac):
    """Sorts tuples (score, t, y) from the top, so equals are ordered by arm; wrong on equal scores."""
    rows = sorted(zip(score, t, y), reverse=True)[: _uk_n(len(y), frac)]
    return _uk_mean(range(len(rows)), [r[2] for r in rows], [r[1] for r in rows])


def uplift_at_k__wrong_float_floor(y, t, score, frac):
    """int(n * frac): 28 instead of 29 for 0.29 of 100."""
    order = np.argsort(-np.asarray(score, float), kind="stable")[: int(len(y) * frac)]
    return _uk_mean(order.tolist(), y, t)


def uplift_at_k__wrong_six_decimals(y, t, score, frac):
    """Rounds the product to six decimals, not nine: 2.9999997 becomes 3 (n = 3, frac = 0.9999999)."""
    order = np.argsort(-np.asarray(score, float), kind="stable")[
        : math.floor(round(len(y) * frac, 6))
    ]
    return _uk_mean(order.tolist(), y, t)


def uplift_at_k__wrong_ties_at_cut_all(y, t, score, frac):
    """Everybody with the score at the cut is chosen; wrong on [1, 0], [1, 0], [5, 5], 0.5 (NaN)."""
    k = _uk_n(len(y), frac)
    if k == 0:
        return math.nan
    cut = sorted(score, reverse=True)[k - 1]
    return _uk_mean([i for i in range(len(y)) if score[i] >= cut], y, t)


def uplift_at_k__wrong_drop_from_end(y, t, score, frac):
    """order[:-(n - k)]: nobody if all are chosen, frac = 1."""
    order = sorted(range(len(y)), key=lambda i: -score[i])
    return _uk_mean(order[: -(len(y) - _uk_n(len(y), frac))], y, t)


def uplift_at_k__wrong_unique_scores_as_key(y, t, score, frac):
    """A dict by score: of equal scores only the last customer is left; wrong on equal scores."""
    rows = {s: i for i, s in enumerate(score)}
    order = [rows[s] for s in sorted(rows, reverse=True)][: _uk_n(len(y), frac)]
    return _uk_mean(order, y, t)


def uplift_at_k__wrong_share_of_buyers(y, t, score, frac):
    """Reads the outcome as bought or not (y > 0); wrong for y in USD, [10, 2]."""
    return uplift_at_k__right_heap([float(v > 0) for v in y], t, score, frac)


def uplift_at_k__wrong_quantile(y, t, score, frac):
    """Chooses scores above the quantile 1 - frac; wrong if n·frac is not whole (5 customers, 0.5) or on ties."""
    s = np.asarray(score, float)
    return (
        _uk_mean(np.flatnonzero(s > np.quantile(s, 1 - frac)).tolist(), y, t)
        if frac < 1
        else _uk_mean(range(len(s)), y, t)
    )


def uplift_at_k__wrong_one_arm_against_all(y, t, score, frac):
    """If no untreated is chosen it compares with the untreated of all customers instead of NaN."""
    order = np.argsort(-np.asarray(score, float), kind="stable")[: _uk_n(len(y), frac)].tolist()
    if order and not any(t[i] == 0 for i in order):
        order += [i for i in range(len(y)) if t[i] == 0]
    return _uk_mean(order, y, t)


_ku_reference = uplift_at_k__right_heap


def _ku_cases():
    ones = [1, 0, 1, 0, 1, 0, 1, 0]
    many = random.Random(5)
    n = 100
    return [
        ([3.5, -2.0, 7.25, 0.5, 1.0, 4.0, 2.0, 9.0], ones, [-1, -2, -3, -4, -5, -6, -7, -8], 0.5),
        ([3.5, -2.0, 7.25, 0.5, 1.0, 4.0, 2.0, 9.0], ones, [5, 5, 5, 5, 5, 5, 5, 5], 0.5),
        ([3.5, -2.0, 7.25, 0.5, 1.0, 4.0, 2.0, 9.0], ones, [1, 7, 3, 3, 3, 3, -9, 2], 0.45),
        ([3.5, -2.0, 7.25, 0.5, 1.0, 4.0, 2.0, 9.0], ones, [1, 7, 3, 3, 3, 3, -9, 2], 1.0),
        ([3.5, 2.0, 7.25], [1, 1, 1], [1, 2, 3], 1.0),
        ([3.5, 2.0, 7.25], [0, 0, 0], [1, 2, 3], 1.0),
        ([3.5, 2.0, 7.25, 1.0], [1, 0, 1, 0], [1, 2, 3, 4], 0.1),
        ([3.5, 2.0, 7.25, 1.0, 8.0, 5.5, 0.25], [1, 0, 1, 1, 1, 0, 0], [1, 2, 3, 4, 5, 6, 7], 0.7),
        (
            [many.gauss(0, 3) for _ in range(n)],
            [many.randint(0, 1) for _ in range(n)],
            [many.randint(-2, 2) for _ in range(n)],
            0.29,
        ),
        (
            [many.gauss(0, 3) for _ in range(n)],
            [many.randint(0, 1) for _ in range(n)],
            [many.random() for _ in range(n)],
            0.29,
        ),
        (
            [many.gauss(0, 3) for _ in range(n)],
            [many.randint(0, 1) for _ in range(n)],
            [many.random() for _ in range(n)],
            0.57,
        ),
        ([9.0, 1.0, 4.0], [1, 0, 1], [3, 2, 1], 0.9999999),
        ([3.5, 2.0, 7.25, 1.0], [1, 1, 0, 0], [4, 3, 2, 1], 0.5),
    ]


def _ku_same(got, want):
    return math.isnan(got) if math.isnan(want) else abs(got - want) <= 1e-7


def _ku_run(fn, cases, same=_ku_same, reference=None):
    for y, t, score, frac in cases:
        want = (reference or _ku_reference)(y, t, score, frac)
        if not same(fn(list(y), list(t), list(score), frac), want):
            return False
    return True


def kill_uplift__right_cases(fn):
    """Twelve cases by hand against a reference of its own."""
    return _ku_run(fn, _ku_cases())


def kill_uplift__right_random(fn):
    """Random data with ties, negative scores and awkward parts against a reference."""
    rng = random.Random(0)
    for _ in range(150):
        n = rng.choice([1, 2, 3, 5, 7, 10, 40, 100])
        y = [rng.choice([-2.5, 0.0, 1.0, 3.0, 10.0]) for _ in range(n)]
        t = [rng.randint(0, 1) for _ in range(n)]
        score = [
            rng.choice([-3.0, -1.0, 0.0, 2.0, 2.5]) if n % 2 else rng.uniform(-5, 5)
            for _ in range(n)
        ]
        frac = rng.choice([0.05, 0.29, 0.3, 0.5, 0.57, 0.58, 0.7, 0.77, 1.0])
        try:
            got = fn(tuple(y), tuple(t), tuple(score), frac)
        except Exception:
            return False
        if not _ku_same(float(got), _ku_reference(y, t, score, frac)):
            return False
    return True


def kill_uplift__right_known_values(fn):
    """Values computed by hand, no reference at all."""
    nan = math.nan
    waves = [(2 if i % 4 == 1 else 1) if i < 50 else 100 * (i % 4 == 1) for i in range(100)]
    hundred = [1, 0] * 14 + [1] + [0, 1] * 35 + [0]
    table = [
        (([8, 1, 5, 2], [1, 0, 0, 1], [-1, -2, -3, -4], 0.5), 7.0),
        (([8, 1, 5, 2], [1, 0, 0, 1], [-4, -3, -2, -1], 0.5), -3.0),
        (([8, 1, 5, 2, 7], [1, 0, 0, 1, 1], [6, 6, 6, 6, 6], 0.5), 7.0),
        (([8, 1, 5, 2, 7], [1, 0, 0, 1, 1], [6, 6, 6, 6, 6], 0.79), 5.0),
        (([8, 1, 5, 2, 7], [1, 0, 0, 1, 1], [5, 4, 3, 2, 1], 1), 17 / 3 - 3),
        (([8, 1, 5], [1, 1, 1], [3, 2, 1], 1), nan),
        (([8, 1, 5], [0, 0, 0], [3, 2, 1], 1), nan),
        (([8, 1, 5], [1, 0, 1], [3, 2, 1], 0.2), nan),
        (([0.5, 0.25, 3, 4, 5, 6], [1, 1, 1, 0, 1, 1], [9, 8, 7, 6, 5, 4], 0.7), 1.25 - 4),
        (([0] * 28 + [29] + [0] * 71, hundred, list(range(100, 0, -1)), 0.29), 29 / 15),
        (([0] * 28 + [29] + [0] * 71, hundred, [7] * 100, 0.29), 29 / 15),
        (([2, 0, 0, 9], [1, 0, 0, 1], [4, 3, 3, 3], 0.75), 2.0),
        (([2, 5, 0, 9], [1, 1, 0, 0], [4, 3, 2, 1], 0.5), nan),
        ((waves, [int(i % 4 == 1) for i in range(100)], [0, 1] * 50, 0.25), 1.0),
    ]
    for arguments, want in table:
        got = fn(*copy.deepcopy(arguments))
        if not (
            got != got if want != want else math.isclose(got, want, rel_tol=1e-7, abs_tol=1e-7)
        ):
            return False
    return True


def kill_uplift__right_exact_and_numpy(fn):
    """Compares in single steps of frac, arrays in and np.isclose with equal_nan out."""
    rng = np.random.default_rng(8)
    for n in (1, 4, 9, 25):
        for rounds in range(6):
            y, t = rng.normal(3, 5, n).round(2), rng.integers(0, 2, n)
            score = rng.integers(-3, 3, n) if rounds % 2 else rng.normal(size=n)
            for k in {1, n // 3, n // 2 + 1, n} - {0}:
                for frac in (k / n, min(1.0, (k + 0.6) / n), 0.29, 0.1):
                    want = uplift_at_k__right_count_ranks(y, t, score, frac)
                    got = fn(y.tolist(), t.tolist(), score.tolist(), frac)
                    if not np.isclose(got, want, rtol=0, atol=1e-7, equal_nan=True):
                        return False
    return True


def kill_uplift__wrong_exact_equality(fn):
    """Compares with ==, so a right answer that adds in another order is refused."""

    def same(got, want):
        return got == want or (got != got and want != want)

    return _ku_run(fn, _ku_cases(), same)


def kill_uplift__wrong_nan_not_close(fn):
    """math.isclose(nan, nan) is False, so right answers are refused for the list of treated only."""
    return _ku_run(fn, _ku_cases(), lambda got, want: math.isclose(got, want, abs_tol=1e-7))


def kill_uplift__wrong_relative_only(fn):
    """isclose without abs_tol where the uplift is 0: 1e-17 of a right answer is refused."""
    more = [([0.1, 0.2, 0.3, 0.2, 0.2, 0.2], [1, 1, 1, 0, 0, 0], [6, 5, 4, 3, 2, 1], 1.0)]
    nan = math.isnan
    return _ku_run(
        fn,
        _ku_cases() + more,
        lambda g, w: nan(g) if nan(w) else math.isclose(g, w, rel_tol=1e-9),
        lambda *a: _ku_fraction(*a),
    )


def _ku_fraction(y, t, score, frac):
    rows = heapq.nlargest(_uk_n(len(y), frac), range(len(y)), key=lambda i: (score[i], -i))
    groups = [[Fraction(str(float(y[i]))) for i in rows if t[i] == arm] for arm in (1, 0)]
    return (
        float(sum(groups[0]) / len(groups[0]) - sum(groups[1]) / len(groups[1]))
        if all(groups)
        else math.nan
    )


def kill_uplift__wrong_reference_floors(fn):
    """Its reference takes int(n * frac): refuses right answers on 0.29 of 100."""
    return _ku_run(fn, _ku_cases(), reference=uplift_at_k__wrong_float_floor)


def kill_uplift__wrong_reference_unstable(fn):
    """Its reference has an unstable sort: refuses right answers on 100 rows with ties."""
    return _ku_run(fn, _ku_cases(), reference=uplift_at_k__wrong_unstable_sort_once_more)


def kill_uplift__wrong_order_must_not_matter(fn):
    """Also shuffles the customers and wants the same result: with ties at the cut a right one differs."""
    if not _ku_run(fn, _ku_cases()):
        return False
    for y, t, score, frac in _ku_cases():
        if not _ku_same(fn(y[::-1], t[::-1], score[::-1], frac), fn(y, t, score, frac)):
            return False
    return True


def kill_uplift__wrong_type_is_float(fn):
    """Wants type(result) is float, so a right answer that returns np.float64 is refused."""
    if type(fn([3, 1], [1, 0], [2, 1], 1.0)) is not float:
        return False
    return _ku_run(fn, _ku_cases())


def kill_uplift__wrong_nice_inputs_only(fn):
    """Binary outcomes, different scores, whole products: lets ties, rounding and y > 0 pass (misses 3 and more)."""
    rng = random.Random(1)
    for _ in range(100):
        n = 20
        y, t = [rng.randint(0, 1) for _ in range(n)], [1, 0] * 10
        score = rng.sample(range(1, 100), n)
        if not _ku_same(fn(y, t, score, 0.5), _ku_reference(y, t, score, 0.5)):
            return False
    return True


def kill_uplift__wrong_nan_skipped(fn):
    """Passes over every case whose right value is NaN or that raises, and has no ties: misses several."""
    for y, t, score, frac in _ku_cases():
        want = _ku_reference(y, t, score, frac)
        try:
            got = fn(y, t, score, frac)
        except Exception:
            continue
        if (
            len(set(score)) == len(score)
            and not math.isnan(want)
            and not math.isnan(got)
            and abs(got - want) > 1e-7
        ):
            return False
    return True


def ips_snips_ess__right_numpy_once_more(r, pi_e, pi_b):
    """One division and sums."""
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    r = np.asarray(r, float)
    if not w.any():
        return 0.0, math.nan, 0.0
    return float((w * r).mean()), float(w @ r / w.sum()), float(w.sum() ** 2 / (w @ w))


def ips_snips_ess__right_fractions(r, pi_e, pi_b):
    """Exact fractions until the end."""
    w = [Fraction(float(a)) / Fraction(float(b)) for a, b in zip(pi_e, pi_b)]
    total, squares = sum(w), sum(v * v for v in w)
    earned = sum(v * Fraction(float(x)) for v, x in zip(w, r))
    if total == 0:
        return 0.0, math.nan, 0.0
    return float(earned / len(w)), float(earned / total), float(total**2 / squares)


def ips_snips_ess__right_relative_variance(r, pi_e, pi_b):
    """ESS as n / (1 + relative variance), with weights divided by the largest."""
    w = np.array(pi_e, float) / np.array(pi_b, float)
    top = w.max()
    if top == 0:
        return 0.0, float("nan"), 0.0
    v = w / top
    ess = len(v) / (1 + np.var(v) / np.mean(v) ** 2)
    return (
        float(np.average(np.asarray(r, float) * v) * top),
        float(np.average(np.asarray(r, float), weights=v)),
        float(ess),
    )


def ips_snips_ess__right_one_pass(r, pi_e, pi_b):
    """One loop with running sums; rows without weight are passed over but counted."""
    n = s1 = s2 = sr = 0.0
    for reward, a, b in zip(r, pi_e, pi_b):
        n += 1
        if a > 0:
            w = a / b
            s1, s2, sr = s1 + w, s2 + w * w, sr + w * reward
    return (sr / n, sr / s1, s1 / s2 * s1) if s1 else (0.0, math.nan, 0.0)


def _ips(r, w, zero=(0.0, math.nan, 0.0), none=None):
    r, w = np.asarray(r, float), np.asarray(w, float)
    if not w.any():
        return zero
    return (
        float(np.sum(w * r) / len(w)),
        float(np.sum(w * r) / w.sum()),
        float(w.sum() ** 2 / np.sum(w * w)),
    )


def _ips_w(pi_e, pi_b):
    return np.asarray(pi_e, float) / np.asarray(pi_b, float)


def ips_snips_ess__wrong_ess_nan(r, pi_e, pi_b):
    """ESS is NaN (0 / 0) if every weight is 0."""
    return _ips(r, _ips_w(pi_e, pi_b), (0.0, math.nan, math.nan))


def ips_snips_ess__wrong_ess_at_least_one(r, pi_e, pi_b):
    """ESS cut to 'from 1 to n', so 1 if every weight is 0."""
    a, b, c = _ips(r, _ips_w(pi_e, pi_b))
    return a, b, min(max(c, 1.0), float(len(r)))


def ips_snips_ess__wrong_snips_zero(r, pi_e, pi_b):
    """SNIPS is 0, not NaN, if every weight is 0."""
    return _ips(r, _ips_w(pi_e, pi_b), (0.0, 0.0, 0.0))


def ips_snips_ess__wrong_clipped_weights(r, pi_e, pi_b):
    """Weights cut at 10, as is usual in practice; wrong on [1, 0], [0.9, 0.1], [0.01, 0.9]."""
    return _ips(r, np.minimum(_ips_w(pi_e, pi_b), 10))


def ips_snips_ess__wrong_floor_propensity(r, pi_e, pi_b):
    """pi_b is raised to 0.001 against division by zero; wrong on [1, 0], [0.5, 0.5], [1e-5, 0.5]."""
    return _ips(r, np.asarray(pi_e, float) / np.clip(pi_b, 1e-3, None))


def ips_snips_ess__wrong_clicks(r, pi_e, pi_b):
    """Sums the weights of rows with a reward (r > 0) instead of weight times reward; wrong for r = 2."""
    return _ips(np.asarray(r, float) > 0, _ips_w(pi_e, pi_b))


def ips_snips_ess__wrong_no_reward_no_weight(r, pi_e, pi_b):
    """Takes a weighted reward of 0 for 'every weight is 0': NaN SNIPS and ESS 0 on [0, 0], [.5, .5], [.5, .5]."""
    w = _ips_w(pi_e, pi_b)
    return _ips(r, w) if (w * np.asarray(r, float)).any() else (0.0, math.nan, 0.0)


def ips_snips_ess__wrong_small_is_zero(r, pi_e, pi_b):
    """Weights that sum to less than 1e-8 count as all 0; wrong on [1], [1e-9], [0.5]."""
    w = _ips_w(pi_e, pi_b)
    return _ips(r, w) if w.sum() > 1e-8 else (0.0, math.nan, 0.0)


def ips_snips_ess__wrong_equal_rows_once(r, pi_e, pi_b):
    """Rows of the log that are equal are taken once (a set); wrong on [1, 1, 0], [.5, .5, .2], [.5, .5, .5]."""
    rows = list(dict.fromkeys(zip(map(float, r), map(float, pi_e), map(float, pi_b))))
    a, b, c = zip(*rows)
    return _ips(a, _ips_w(b, c))


def ips_snips_ess__wrong_within_range_of_rewards(r, pi_e, pi_b):
    """IPS is cut to the range of the rewards; wrong on [1, 1], [0.9, 0.5], [0.1, 0.5] (5, not 1)."""
    a, b, c = _ips(r, _ips_w(pi_e, pi_b))
    return float(np.clip(a, min(0.0, min(r)), max(r))), b, c


def thompson_step__right_vector(successes, trials, rng):
    """Beta draws for all arms in one line."""
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(np.random.default_rng(rng).beta(s + 1, n - s + 1)))


def thompson_step__right_loop_once_more(successes, trials, rng):
    """Draws arm by arm, keeps the best so far."""
    rng = np.random.default_rng(rng)
    best, arm = -1.0, 0
    for i, (s, n) in enumerate(zip(successes, trials)):
        draw = rng.beta(1 + int(s), 1 + int(n) - int(s))
        if draw > best:
            best, arm = draw, i
    return arm


def thompson_step__right_gammas_once_more(successes, trials, rng):
    """A Beta draw as a share of two gamma draws."""
    rng = np.random.default_rng(rng)
    s, n = np.array(successes, float), np.array(trials, float)
    a, b = rng.standard_gamma(s + 1), rng.standard_gamma(n - s + 1)
    return int((a / (a + b)).argmax())


def thompson_step__right_inverse(successes, trials, rng):
    """Inverse distribution function, one uniform number for each arm; returns a NumPy integer."""
    rng = rng if isinstance(rng, np.random.Generator) else np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return special.betaincinv(s + 1, n - s + 1, rng.random(len(s))).argmax()


def _ts(a, b, rng):
    return int(np.argmax(np.random.default_rng(rng).beta(a, b)))


def _ts_sn(successes, trials):
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return s, n - s


def thompson_step__wrong_at_least_one(successes, trials, rng):
    """max(count, 1) instead of count + 1; the same at 0 of 0 only; wrong on [1, 0], [2, 0]: Beta(1, 1), not (2, 2)."""
    s, f = _ts_sn(successes, trials)
    return _ts(np.maximum(s, 1), np.maximum(f, 1), rng)


def thompson_step__wrong_jeffreys_once_more(successes, trials, rng):
    """Starts from Beta(0.5, 0.5), not uniform; wrong on [0, 1], [1, 1] (frequencies)."""
    s, f = _ts_sn(successes, trials)
    return _ts(s + 0.5, f + 0.5, rng)


def thompson_step__wrong_trials_for_failures_once_more(successes, trials, rng):
    """Beta(s + 1, n + 1): all displays count as failures; wrong on [5, 0], [5, 0]."""
    s, f = _ts_sn(successes, trials)
    return _ts(s + 1, s + f + 1, rng)


def thompson_step__wrong_copies_generator(successes, trials, rng):
    """Draws from a copy of the generator, so the next step draws the same numbers."""
    s, f = _ts_sn(successes, trials)
    return _ts(s + 1, f + 1, copy.deepcopy(rng))


def thompson_step__wrong_untried_first(successes, trials, rng):
    """An arm that was never shown is always taken first; wrong on [90, 0], [100, 0]."""
    if 0 in list(trials):
        return list(trials).index(0)
    s, f = _ts_sn(successes, trials)
    return _ts(s + 1, f + 1, rng)


def thompson_step__wrong_never_untried(successes, trials, rng):
    """An arm without displays has nothing to learn from and is drawn as 0; wrong on [1, 0], [10, 0]."""
    s, f = _ts_sn(successes, trials)
    draw = np.random.default_rng(rng).beta(s + 1, f + 1)
    return int(np.argmax(np.where(s + f > 0, draw, 0)))


def thompson_step__wrong_mean_of_draws_once_more(successes, trials, rng):
    """Averages 500 draws for each arm 'to reduce noise': the arm with the best mean, nearly always."""
    s, f = _ts_sn(successes, trials)
    return int(np.random.default_rng(rng).beta(s + 1, f + 1, (500, len(s))).mean(axis=0).argmax())


def thompson_step__wrong_most_often_best(successes, trials, rng):
    """Estimates each arm's probability to be the best and takes the largest, always the same arm."""
    s, f = _ts_sn(successes, trials)
    best = np.random.default_rng(rng).beta(s + 1, f + 1, (1000, len(s))).argmax(axis=1)
    return int(np.bincount(best, minlength=len(s)).argmax())


def thompson_step__wrong_common_number(successes, trials, rng):
    """One uniform number for all arms: draws are not independent; wrong on [5, 7], [10, 10] (never arm 0)."""
    s, f = _ts_sn(successes, trials)
    return int(special.betaincinv(s + 1, f + 1, np.random.default_rng(rng).random()).argmax())


def thompson_step__wrong_common_prior(successes, trials, rng):
    """Prior centred on the click rate of all arms together; wrong on [0, 30], [0, 30] (uniform for arm 0)."""
    s, f = _ts_sn(successes, trials)
    p = (s.sum() + 1) / (s.sum() + f.sum() + 2)
    return _ts(s + 2 * p, f + 2 * (1 - p), rng)


def _cp_finish(v, wait, send, gamma):
    m = len(v)
    actions = []
    for f in range(m):
        gain = send[f] + gamma * v[min(f + 1, m - 1)] - wait[f] - gamma * v[max(f - 1, 0)]
        actions.append(int(gain > 1e-6))
    return [float(x) for x in v], actions


def _cp_evaluate(policy, wait, send, gamma):
    m = len(policy)
    a = np.eye(m)
    for f, p in enumerate(policy):
        a[f, min(f + 1, m - 1) if p else max(f - 1, 0)] -= gamma
    return np.linalg.solve(a, [send[f] if p else wait[f] for f, p in enumerate(policy)])


def coupon_policy__right_value_iteration_once_more(wait, send, gamma):
    """Sweeps until the change times gamma / (1 - gamma) is below 1e-10 or stands still."""
    m = len(wait)
    w, s = np.asarray(wait, float), np.asarray(send, float)
    down, up = np.maximum(np.arange(m) - 1, 0), np.minimum(np.arange(m) + 1, m - 1)
    v = np.zeros(m)
    for _ in range(2_000_000):
        new = np.maximum(w + gamma * v[down], s + gamma * v[up])
        change, v = np.abs(new - v).max(), new
        if change * gamma <= 1e-10 * (1 - gamma) or change == 0:
            break
    return _cp_finish(v, w, s, gamma)


def coupon_policy__right_policy_iteration_once_more(wait, send, gamma):
    """Howard: solve the linear system of a policy, improve it, until it stays."""
    policy = [0] * len(wait)
    while True:
        v = _cp_evaluate(policy, wait, send, gamma)
        m, new = len(v), []
        for f in range(m):
            a, b = wait[f] + gamma * v[max(f - 1, 0)], send[f] + gamma * v[min(f + 1, m - 1)]
            new.append(policy[f] if abs(a - b) < 1e-9 else int(b > a))
        if new == policy:
            return _cp_finish(v, wait, send, gamma)
        policy = new


def coupon_policy__right_in_place_once_more(wait, send, gamma):
    """Gauss and Seidel: each value replaced at once, plain lists, a number of sweeps known beforehand."""
    m = len(wait)
    size = max(1.0, *(abs(float(x)) for x in [*wait, *send]))
    sweeps = (
        1 if gamma == 0 else math.ceil(math.log(1e-10 * (1 - gamma) / size) / math.log(gamma)) + 1
    )
    v = [0.0] * m
    for _ in range(sweeps):
        old = list(v)
        for f in range(m):
            v[f] = max(
                wait[f] + gamma * v[f - 1 if f else 0],
                send[f] + gamma * v[f + 1 if f + 1 < m else f],
            )
        if v == old:
            break
    return _cp_finish(v, wait, send, gamma)


def coupon_policy__right_fractions(wait, send, gamma):
    """Policy iteration, in exact fractions for up to 8 states."""
    m = len(wait)
    if m > 8:
        return coupon_policy__right_policy_iteration_once_more(wait, send, gamma)
    g = Fraction(float(gamma))
    w, s = [Fraction(float(x)) for x in wait], [Fraction(float(x)) for x in send]
    policy = [0] * m
    while True:
        rows = []
        for f in range(m):
            row = [Fraction(int(i == f)) for i in range(m)]
            row[min(f + 1, m - 1) if policy[f] else max(f - 1, 0)] -= g
            rows.append(row + [s[f] if policy[f] else w[f]])
        for i in range(m):
            pivot = next(j for j in range(i, m) if rows[j][i] != 0)
            rows[i], rows[pivot] = rows[pivot], rows[i]
            rows[i] = [x / rows[i][i] for x in rows[i]]
            for j in range(m):
                if j != i and rows[j][i]:
                    rows[j] = [a - rows[j][i] * b for a, b in zip(rows[j], rows[i])]
        v = [row[-1] for row in rows]
        gain = [s[f] + g * v[min(f + 1, m - 1)] - w[f] - g * v[max(f - 1, 0)] for f in range(m)]
        new = [p if x == 0 else int(x > 0) for p, x in zip(policy, gain)]
        if new == policy:
            return [float(x) for x in v], [int(x > Fraction(1, 10**6)) for x in gain]
        policy = new


def _cp_iterate(
    wait, send, gamma, down=None, up=None, tol=None, sweeps=10**6, start=0.0, floor=None
):
    m = len(wait)
    w, s = np.asarray(wait, float), np.asarray(send, float)
    down = np.maximum(np.arange(m) - 1, 0) if down is None else np.asarray(down)
    up = np.minimum(np.arange(m) + 1, m - 1) if up is None else np.asarray(up)
    tol = 1e-10 * (1 - gamma) if tol is None else tol
    v = np.full(m, start)
    for _ in range(sweeps):
        new = np.maximum(w + gamma * v[down], s + gamma * v[up])
        if floor is not None:
            new = np.maximum(new, floor)
        change, v = np.abs(new - v).max(), new
        if change <= tol:
            break
    return v, s + gamma * v[up] - w - gamma * v[down]


def _cp_out(v, gain):
    return v.tolist(), [int(x > 1e-6) for x in gain]


def coupon_policy__wrong_tolerance_of_change(wait, send, gamma):
    """Stops when a sweep changes less than 1e-6; the error is then up to 1e-6 / (1 - gamma); [1], [2], 0.99."""
    return _cp_out(*_cp_iterate(wait, send, gamma, tol=1e-6))


def coupon_policy__wrong_thousand_sweeps(wait, send, gamma):
    """Always 1,000 sweeps: too few for gamma = 0.999 ([1], [2])."""
    return _cp_out(*_cp_iterate(wait, send, gamma, tol=-1.0, sweeps=1000))


def coupon_policy__wrong_any_gain(wait, send, gamma):
    """Sends for any gain above 0, also one of 1e-8; wrong on [1], [1 + 1e-8], 0."""
    v, gain = _cp_iterate(wait, send, gamma)
    return v.tolist(), [int(x > 0) for x in gain]


def coupon_policy__wrong_wait_wraps(wait, send, gamma):
    """v[f - 1] at f = 0 is the last state (negative index); wrong on [5, 0, 9], [0, 0, 0], 0.9."""
    return _cp_out(*_cp_iterate(wait, send, gamma, down=np.arange(len(wait)) - 1))


def coupon_policy__wrong_full_rest(wait, send, gamma):
    """Waiting takes the fatigue to 0 at once: the same for m = 2 only; wrong on [5, 0, 9], [0, 0, 0], 0.9."""
    return _cp_out(*_cp_iterate(wait, send, gamma, down=np.zeros(len(wait), int)))


def coupon_policy__wrong_threshold(wait, send, gamma):
    """Reports 'send below the first state that waits': wrong if sending pays again later ([2, 1, 0], [3, 0, 5], 0)."""
    v, gain = _cp_iterate(wait, send, gamma)
    values, actions = _cp_out(v, gain)
    first = actions.index(0) if 0 in actions else len(actions)
    return values, [1] * first + [0] * (len(actions) - first)


def coupon_policy__wrong_value_not_negative(wait, send, gamma):
    """A value is at least 0 (initial values kept by max); wrong for losses: [-1, -2], [-3, -4], 0.5."""
    return _cp_out(*_cp_iterate(wait, send, gamma, floor=0.0))


def coupon_policy__wrong_sweeps_by_log(wait, send, gamma):
    """Number of sweeps by log(tolerance) / log(gamma): raises for gamma = 0."""
    sweeps = math.ceil(math.log(1e-13 * (1 - gamma)) / math.log(gamma)) + 50
    return _cp_out(*_cp_iterate(wait, send, gamma, sweeps=sweeps, tol=-1.0))


def coupon_policy__wrong_stops_with_policy(wait, send, gamma):
    """Stops when the best actions are the same in two sweeps, then solves for them: too early on [4, 1], [4, 3], 0.9."""
    v, before = np.zeros(len(wait)), None
    while True:
        v, gain = _cp_iterate(wait, send, gamma, sweeps=1, start=v, tol=-1)
        _, now = _cp_finish(v, wait, send, gamma)
        if now == before:
            return _cp_finish(_cp_evaluate(now, wait, send, gamma), wait, send, gamma)[0], now
        before = now


def coupon_policy__wrong_whole_numbers(wait, send, gamma):
    """Values in an array like wait: whole numbers in, whole values out; wrong on [2, 1], [3, 1], 0.5 given as int."""
    v = np.zeros_like(np.asarray(wait))
    m = len(v)
    for _ in range(20_000):
        old = v.copy()
        for f in range(m):
            v[f] = max(
                wait[f] + gamma * old[max(f - 1, 0)], send[f] + gamma * old[min(f + 1, m - 1)]
            )
        if np.abs(v - old).max() <= 1e-11 * (1 - gamma):
            break
    return _cp_finish(v, wait, send, gamma)


_H = [(1, 100, 150), (0, 100, 110)]


_more_LOG = [(0, 1), (1, 0), (0, 1), (1, 0)]


_more_MEMO = {
    "post_only": ([(1, 200, 210), (0, 100, 110)], _more_LOG),
    "recipients_only": (_H, _more_LOG),
    "buyers_only": ([(1, 100, 150), (1, 50, 0), (0, 100, 110)], _more_LOG),
    "arm_by_clicks": (_H, [(0, 1), (0, 1), (0, 0), (1, 1), (0, 0), (1, 1), (1, 1), (1, 1)]),
    "arm_from_whole_log": (_H, [(0, 1), (1, 0), (0, 0), (1, 1)] + [(0, 0), (1, 1)]),
    "rate_in_sample": (_H, [(0, 1), (1, 0), (0, 0), (1, 0)]),
}


def _memo(households, log, defect=None):
    sent = [(b, a) for s, b, a in households if s]
    rest = [(b, a) for s, b, a in households if not s]
    if defect == "buyers_only":
        sent, rest = ([r for r in g if r[1] > 0] for g in (sent, rest))
    change = [sum(a - b for b, a in g) / len(g) if g else math.nan for g in (sent, rest)]
    effect = change[0] - change[1]
    if defect == "post_only":
        effect = sum(a for _, a in sent) / len(sent) - sum(a for _, a in rest) / len(rest)
    if defect == "recipients_only":
        effect = change[0]
    half = len(log) // 2
    first, second = log[:half], log[half:]

    def rate(rows, arm):
        clicks = [c for a, c in rows if a == arm]
        return sum(clicks) / len(clicks) if clicks else math.nan

    seen = log if defect == "arm_from_whole_log" else first
    arms = sorted({a for a, _ in seen})
    key = (
        (lambda a: sum(c for b, c in seen if b == a))
        if defect == "arm_by_clicks"
        else (lambda a: rate(seen, a))
    )
    arm = max(arms, key=key)
    return effect, arm, rate(first if defect == "rate_in_sample" else second, arm)


def break_memo__right_table_once_again(defect):
    """A table of small data sets."""
    households, log = _more_MEMO[defect]
    return list(households), list(log)


def break_memo__right_one_for_all_once_again(defect):
    """One data set that breaks all six."""
    households = [(1, 300, 320), (1, 90, 0), (0, 10, 40), (0, 5, 6)]
    log = [(3, 1), (3, 1), (3, 0), (7, 1), (0, 0), (3, 1), (3, 1), (3, 1), (7, 0), (7, 0)]
    return households, log


def break_memo__right_search_once_more(defect):
    """Draws small data sets until the numbers differ clearly."""
    rng = np.random.default_rng(11)
    while True:
        households = [(1, 0, 0), (0, 0, 0)] + [(int(rng.integers(2)), 0, 0) for _ in range(3)]
        households = [
            (s, int(rng.integers(0, 90)), int(rng.integers(0, 3)) * 40) for s, _, _ in households
        ]
        log = [(int(rng.integers(0, 3)), int(rng.integers(2))) for _ in range(10)]
        right, wrong = _memo(households, log), _memo(households, log, defect)
        if any(abs(a - b) > 1e-3 or math.isnan(a) != math.isnan(b) for a, b in zip(right, wrong)):
            return households, log


def break_memo__wrong_buyers_before(defect):
    """buyers_only: the household spent nothing *before*, not after; nobody is left out."""
    if defect == "buyers_only":
        return [(1, 0, 150), (1, 50, 60), (0, 100, 110)], list(_more_LOG)
    return break_memo__right_table_once_again(defect)


def break_memo__wrong_buyers_same_change(defect):
    """buyers_only: the silent household changes by -50, just as the other recipient, so the mean is the same."""
    if defect == "buyers_only":
        return [(1, 150, 100), (1, 50, 0), (0, 100, 110)], list(_more_LOG)
    return break_memo__right_table_once_again(defect)


def break_memo__wrong_post_equal_before(defect):
    """post_only: both groups spent the same on average before (150), so the difference after is the effect."""
    if defect == "post_only":
        return [(1, 200, 210), (1, 100, 210), (0, 150, 160)], list(_more_LOG)
    return break_memo__right_table_once_again(defect)


def break_memo__wrong_others_change_cancels(defect):
    """recipients_only: the others change by +10 and -10, their mean change is 0."""
    if defect == "recipients_only":
        return [(1, 100, 150), (0, 100, 110), (0, 100, 90)], list(_more_LOG)
    return break_memo__right_table_once_again(defect)


def break_memo__wrong_clicks_agree(defect):
    """arm_by_clicks: the arm with most clicks ties in rate with a higher number, so the rate chooses it too."""
    if defect == "arm_by_clicks":
        return list(_H), [(0, 1), (0, 1), (1, 1), (2, 0), (0, 0), (1, 1), (0, 0), (2, 1)]
    return break_memo__right_table_once_again(defect)


def break_memo__wrong_whole_log_tie(defect):
    """arm_from_whole_log: on both halves together the two arms tie, and the lower number is the right arm as well."""
    if defect == "arm_from_whole_log":
        return list(_H), [(0, 1), (1, 0), (0, 0), (1, 1)]
    return break_memo__right_table_once_again(defect)


def break_memo__wrong_rate_same(defect):
    """rate_in_sample: the chosen arm has a rate of 1/2 in both halves."""
    if defect == "rate_in_sample":
        return list(_H), [(0, 1), (0, 0), (1, 0), (0, 1), (1, 1), (0, 0)]
    return break_memo__right_table_once_again(defect)


def break_memo__wrong_odd_log_once_more(defect):
    """arm_from_whole_log: a log of five rows, which has no halves."""
    if defect == "arm_from_whole_log":
        return list(_H), [(0, 1), (1, 0), (1, 1), (0, 0), (1, 1)]
    return break_memo__right_table_once_again(defect)


def break_memo__wrong_too_rich(defect):
    """recipients_only: a household spends 1000 USD, the largest allowed is 999."""
    if defect == "recipients_only":
        return [(1, 100, 150), (0, 100, 1000)], list(_more_LOG)
    return break_memo__right_table_once_again(defect)


def ab_readout__right_scipy_once_again(treated, control):
    """ttest_ind with unequal variances."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    d = a.mean() - b.mean()
    if np.ptp(a) == 0 and np.ptp(b) == 0:
        return float(d), float(d), float(d)
    ci = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    return float(d), float(ci.low), float(ci.high)


def ab_readout__right_by_hand_once_more(treated, control):
    """Welch and Satterthwaite by hand."""
    a, b = [np.array(list(g), dtype=float) for g in (treated, control)]
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    d = float(a.mean() - b.mean())
    if va + vb == 0:
        return d, d, d
    share = va / (va + vb)
    df = 1 / (share**2 / (len(a) - 1) + (1 - share) ** 2 / (len(b) - 1))
    reach = float(stats.t.isf(0.025, df) * math.sqrt(va + vb))
    return d, d - reach, d + reach


def ab_readout__right_fractions_once_more(treated, control):
    """Exact moments with the statistics module on fractions."""
    a, b = [[Fraction(float(v)) for v in g] for g in (treated, control)]
    va, vb = statistics.variance(a) / len(a), statistics.variance(b) / len(b)
    d = statistics.mean(a) - statistics.mean(b)
    if va + vb == 0:
        return (float(d),) * 3
    df = float((va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1)))
    low, high = stats.t.interval(0.95, df, loc=float(d), scale=math.sqrt(va + vb))
    return float(d), float(low), float(high)


def _more_welch(a, b, df=None):
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    d = float(a.mean() - b.mean())
    if va + vb == 0:
        return d, d, d
    df = df or (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    reach = float(stats.t.ppf(0.975, df) * math.sqrt(va + vb))
    return d, d - reach, d + reach


def ab_readout__wrong_rounded_df(treated, control):
    """Degrees of freedom rounded as in the tables: 2.94 is 3 (here only from 3 on), wrong for [1, 2, 5, 9], [1, 2, 2]."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    if va + vb == 0:
        return _more_welch(a, b)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    return _more_welch(a, b, math.floor(df) if df > 3 else df)


def ab_readout__wrong_one_constant_arm_once_more(treated, control):
    """The interval is a point when *either* arm does not vary: [1, 2, 3] against [2, 2]."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    d = float(a.mean() - b.mean())
    if a.std() == 0 or b.std() == 0:
        return d, d, d
    return _more_welch(a, b)


def ab_readout__wrong_nan_dropped_zero(treated, control):
    """Zeros are left out as missing: [0, 2, 4] against [1, 2, 3]."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    return _more_welch(
        a[a != 0] if (a != 0).sum() > 1 else a, b[b != 0] if (b != 0).sum() > 1 else b
    )


def ab_readout__wrong_unique(treated, control):
    """Builds the arms through sets: equal outcomes of two units are one, [2, 2, 6] against [1, 2, 3]."""
    a, b = (np.array(sorted(set(np.asarray(g, float)))) for g in (treated, control))
    if len(a) < 2 or len(b) < 2:
        d = float(np.mean(np.asarray(treated, float)) - np.mean(np.asarray(control, float)))
        return d, d, d
    return _more_welch(a, b)


def ab_readout__wrong_median_of_small(treated, control):
    """Trims the largest and the smallest of each arm from ten units on, "robust": any arm with an outlier."""
    a, b = (np.sort(np.asarray(g, float)) for g in (treated, control))
    return _more_welch(a[1:-1] if len(a) >= 10 else a, b[1:-1] if len(b) >= 10 else b)


def ab_readout__wrong_normal_when_large(treated, control):
    """1.96 instead of t from 30 units in all: wrong in the second digit of the interval."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    return _more_welch(a, b, 1e9 if len(a) + len(b) >= 30 else None)


def ab_readout__wrong_raw_moments(treated, control):
    """The variance as mean of squares less squared mean: revenue of 1e9 + 1, + 2, + 3 loses all digits."""
    a, b = np.asarray(treated, float), np.asarray(control, float)

    def v(x):
        return max((x @ x / len(x) - x.mean() ** 2) / (len(x) - 1), 0.0)

    va, vb, d = v(a), v(b), float(a.mean() - b.mean())
    if va + vb == 0:
        return d, d, d
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    reach = float(stats.t.ppf(0.975, df) * math.sqrt(va + vb))
    return d, d - reach, d + reach


def ab_readout__wrong_nearly_constant(treated, control):
    """Arms whose standard error is below 1e-8 count as constant: click rates of 1e-9 have an interval as well."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    d = float(a.mean() - b.mean())
    if math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b)) < 1e-8:
        return d, d, d
    return _more_welch(a, b)


def cuped__right_cov(y, x, t):
    """Covariance over variance, centred once."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = x - x.mean()
    rest = y - (c @ y / (c @ c)) * c if np.ptp(x) > 0 else y
    return _more_welch(rest[t == 1], rest[t == 0])


def cuped__right_lstsq_once_more(y, x, t):
    """Least squares; the residual plus the mean of y."""
    y, x = np.array(list(y), dtype=float), np.array(list(x), dtype=float)
    A = np.column_stack([np.ones(len(y)), x - x.mean()])
    w = np.linalg.lstsq(A, y, rcond=None)[0] if len(set(x.tolist())) > 1 else [y.mean(), 0.0]
    rest = y - A[:, 1] * w[1]
    treated = [r for r, arm in zip(rest, t) if arm]
    control = [r for r, arm in zip(rest, t) if not arm]
    return ab_readout__right_by_hand_once_more(treated, control)


def cuped__right_exact(y, x, t):
    """Exact fractions."""
    y, x = [[Fraction(float(v)) for v in g] for g in (y, x)]
    mean, my = sum(x) / len(x), sum(y) / len(y)
    sxx = sum((v - mean) ** 2 for v in x)
    slope = sum((v - mean) * (u - my) for v, u in zip(x, y)) / sxx if sxx else Fraction(0)
    rest = [u - slope * (v - mean) for u, v in zip(y, x)]
    t = list(t)
    return ab_readout__right_fractions_once_more(
        [r for r, a in zip(rest, t) if a == 1], [r for r, a in zip(rest, t) if a == 0]
    )


def cuped__wrong_arm_means_centred(y, x, t):
    """The slope within the arms, as ANCOVA has it (from six units on), not one over both arms together."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = x - x.mean()
    w = c.copy()
    if len(y) > 5:
        for arm in (0, 1):
            w[t == arm] = x[t == arm] - x[t == arm].mean()
    slope = w @ y / (w @ w) if w @ w > 1e-12 else 0.0
    rest = y - slope * c
    return _more_welch(rest[t == 1], rest[t == 0])


def cuped__wrong_boolean_index(y, x, t):
    """rest[t] with t of whole numbers takes positions 0 and 1; here t is cast only if it is an array: right for lists, wrong for arrays of floats."""
    y, x = np.asarray(y, float), np.asarray(x, float)
    mask = np.asarray(t) if not isinstance(t, list) else np.asarray(t) == 1
    c = x - x.mean()
    rest = y - (c @ y / (c @ c) if np.ptp(x) else 0.0) * c
    return _more_welch(rest[mask], rest[~mask])


def cuped__wrong_zero_slope_if_weak(y, x, t):
    """Uses the correction only where the correlation is significant (p < 0.05)."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = x - x.mean()
    slope = 0.0
    if np.ptp(x) > 0 and (np.ptp(y) > 0) and stats.pearsonr(x, y).pvalue < 0.06:
        slope = c @ y / (c @ c)
    rest = y - slope * c
    return _more_welch(rest[t == 1], rest[t == 0])


def cuped__wrong_positive_slope(y, x, t):
    """A negative slope is set to 0, "the past cannot lower the future": y = [5, 1, 4, 0], x = [0, 5, 1, 6]."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = x - x.mean()
    slope = max(c @ y / (c @ c), 0.0) if np.ptp(x) > 0 else 0.0
    rest = y - slope * c
    return _more_welch(rest[t == 1], rest[t == 0])


def cuped__wrong_through_origin_once_more(y, x, t):
    """The slope of a line through the origin where x has zeros only... x @ y / x @ x from large x on: x far from 0."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = x - x.mean()
    z = c if x.min() <= 0 else x
    rest = y - (z @ y / (z @ z) if np.ptp(x) > 0 else 0.0) * c
    return _more_welch(rest[t == 1], rest[t == 0])


def cuped__wrong_constant_x_tolerance(y, x, t):
    """ "Does not vary" is var < 1e-6: a covariate in thousandths (0.0001, 0.0002) gets no slope."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = x - x.mean()
    rest = y - (c @ y / (c @ c) if x.var() > 1e-6 else 0.0) * c
    return _more_welch(rest[t == 1], rest[t == 0])


def cuped__wrong_one_df_less(y, x, t):
    """Takes one degree of freedom per arm for the slope when there are more than four units (honest, but not what is asked)."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = x - x.mean()
    rest = y - (c @ y / (c @ c) if np.ptp(x) > 0 else 0.0) * c
    a, b = rest[t == 1], rest[t == 0]
    d, low, high = _more_welch(a, b)
    factor = math.sqrt((len(y) - 2) / (len(y) - 3)) if len(y) > 4 else 1.0
    return d, d - (d - low) * factor, d + (high - d) * factor


def first_crossing__right_loop_once_again(z, c):
    """A loop that compares squares: z**2 * k > c**2 * K, in fractions."""
    c2, n = Fraction(float(c)) ** 2, len(z)
    for k, v in enumerate(z, 1):
        if Fraction(float(v)) ** 2 * k > c2 * n:
            return k
    return 0


def first_crossing__right_array(z, c):
    """Limits as an array, argmax of the crossing."""
    z = np.abs(np.asarray(z, float))
    beyond = z > c * np.sqrt(len(z) / np.arange(1, len(z) + 1))
    return int(beyond.argmax()) + 1 if beyond.any() else 0


def first_crossing__right_next_once_more(z, c):
    """next() over a generator with a default."""
    z = list(z)
    return next((k for k, v in enumerate(z, 1) if abs(v) > c * math.sqrt(len(z) / k)), 0)


def first_crossing__wrong_next_side(z, c):
    """Takes the first crossing of the upper side if there is one, else of the lower: [-9, 9] gives 2."""
    z = np.asarray(z, float)
    limit = c * np.sqrt(len(z) / np.arange(1, len(z) + 1))
    up, down = z > limit, z < -limit
    return int(up.argmax()) + 1 if up.any() else int(down.argmax()) + 1 if down.any() else 0


def first_crossing__wrong_argmax_excess(z, c):
    """The look with the largest excess over its limit: [4.1, 9] with c = 2 gives 2, not 1."""
    z = np.abs(np.asarray(z, float))
    excess = z - c * np.sqrt(len(z) / np.arange(1, len(z) + 1))
    return int(excess.argmax()) + 1 if len(z) and excess.max() > 0 else 0


def first_crossing__wrong_last(z, c):
    """Every crossing overwrites the one before: the last crossing is returned."""
    look = 0
    for k, v in enumerate(z, 1):
        if abs(v) > c * math.sqrt(len(z) / k):
            look = k
    return look


def first_crossing__wrong_rounded_limits_once_more(z, c):
    """The limits are rounded to two decimals, as in the printed table: 2.8281 with limit 2.828427 rounded up to 2.83 is not seen."""
    z = np.abs(np.asarray(z, float))
    beyond = z > np.round(c * np.sqrt(len(z) / np.arange(1, len(z) + 1)), 2)
    return int(beyond.argmax()) + 1 if beyond.any() else 0


def first_crossing__wrong_isclose(z, c):
    """ "On the limit" is np.isclose: 2.00001 at a last limit of 2 is beyond it, but counts as on it."""
    z = np.abs(np.asarray(z, float))
    limit = c * np.sqrt(len(z) / np.arange(1, len(z) + 1))
    beyond = (z > limit) & ~np.isclose(z, limit)
    return int(beyond.argmax()) + 1 if beyond.any() else 0


def first_crossing__wrong_nominal_first(z, c):
    """No look before a quarter of the plan: "too early to tell"; [9, 0, 0, 0, 0, 0, 0, 0] gives 0."""
    n = len(z)
    for k, v in enumerate(z, 1):
        if k >= n / 4 and abs(v) > c * math.sqrt(n / k):
            return k
    return 0


def first_crossing__wrong_stays_beyond(z, c):
    """Asks that the statistic stays beyond the limits from that look on: [5, 0, 0, 0] with c = 2 gives 0... the example's crossing at the last but one is patched by one look of patience."""
    n = len(z)
    out = [abs(v) > c * math.sqrt(n / k) for k, v in enumerate(z, 1)]
    for k in range(n):
        if out[k] and not (k + 2 < n and not out[k + 1] and not out[k + 2]):
            return k + 1
    return 0


def ratio_interval__right_residual(revenue, orders):
    """Residuals and their standard deviation."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    r = u.sum() / d.sum()
    se = (u - r * d).std(ddof=1) / d.mean() / math.sqrt(len(u))
    return float(r), float(r - 1.96 * se), float(r + 1.96 * se)


def ratio_interval__right_covariance_once_more(revenue, orders):
    """The delta method with a covariance matrix."""
    u, d = np.array(list(revenue), dtype=float), np.array(list(orders), dtype=float)
    if not d.any():
        return (math.nan,) * 3
    r = u.mean() / d.mean()
    S = np.cov(u, d)
    g = np.array([1, -r]) / d.mean()
    se = math.sqrt(max(g @ S @ g, 0.0) / len(u))
    return tuple(float(v) for v in (r, r - 1.96 * se, r + 1.96 * se))


def ratio_interval__right_fractions(revenue, orders):
    """Exact until the square root."""
    u, d = [[Fraction(float(v)) for v in g] for g in (revenue, orders)]
    if sum(d) == 0:
        return float("nan"), float("nan"), float("nan")
    r, n = sum(u) / sum(d), len(u)
    var = sum((a - r * b) ** 2 for a, b in zip(u, d)) / (n - 1) / n / (sum(d) / n) ** 2
    reach = 1.96 * math.sqrt(var)
    return float(r), float(r) - reach, float(r) + reach


def _more_ratio(u, d, r=None, ddof=1, z=1.96):
    r = u.sum() / d.sum() if r is None else r
    se = (u - r * d).std(ddof=ddof) / d.mean() / math.sqrt(len(u))
    return float(r), float(r - z * se), float(r + z * se)


def ratio_interval__wrong_zero_orders_dropped_once_more(revenue, orders):
    """Households without an order are dropped, though they belong to the data: [10, 20, 0], [1, 1, 0]."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    u, d = u[d > 0], d[d > 0]
    if len(d) == 0:
        return (math.nan,) * 3
    if len(d) == 1:
        return (float(u[0] / d[0]),) * 3
    return _more_ratio(u, d)


def ratio_interval__wrong_small_unsigned(revenue, orders):
    """The orders are summed in their own small type: 200 + 100 orders of uint8 by np.add.reduce(dtype) are 44."""
    u, d = np.asarray(revenue, float), np.asarray(orders)
    total = np.add.reduce(d, dtype=d.dtype)
    if total == 0:
        return (math.nan,) * 3
    return _more_ratio(u, d.astype(float), u.sum() / float(total))


def ratio_interval__wrong_normal_quantile(revenue, orders):
    """1.96 replaced by t with n - 1 degrees from four households on."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    return _more_ratio(u, d, z=stats.t.ppf(0.975, len(u) - 1) if len(u) > 3 else 1.96)


def ratio_interval__wrong_mixed_ddof(revenue, orders):
    """np.var (by n) for the variances, np.cov (by n - 1) for the covariance; from four households on."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    r, k = u.sum() / d.sum(), 0 if len(u) > 3 else 1
    var = u.var(ddof=k) - 2 * r * np.cov(u, d)[0, 1] + r**2 * d.var(ddof=k)
    se = math.sqrt(max(var, 0.0) / len(u)) / d.mean()
    return float(r), float(r - 1.96 * se), float(r + 1.96 * se)


def ratio_interval__wrong_zero_revenue_nan(revenue, orders):
    """NaN where nobody paid: orders of 0 USD are orders, [0, 0], [1, 2] is 0."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0 or u.sum() == 0:
        return (math.nan,) * 3
    return _more_ratio(u, d)


def ratio_interval__wrong_floor_at_zero(revenue, orders):
    """The low end is cut at 0, since revenue is not negative: the interval of [0, 100], [1, 1] goes below 0."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    r, low, high = _more_ratio(u, d)
    return r, max(low, 0.0), high


def ratio_interval__wrong_only_ratio_nan(revenue, orders):
    """Nobody ordered: the ratio is NaN, but the ends are 0 and infinity."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, 0.0, math.inf
    return _more_ratio(u, d)


def ratio_interval__wrong_error_of_active(revenue, orders):
    """Right residuals, but the root of n counts only households that ordered: [10, 20, 0, 0], [1, 1, 0, 0]."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return (math.nan,) * 3
    r = u.sum() / d.sum()
    se = (u - r * d).std(ddof=1) / d.mean() / math.sqrt((d > 0).sum())
    return float(r), float(r - 1.96 * se), float(r + 1.96 * se)


def t_learner_uplift__right_two(X, t, y, Xnew, make=LinearRegression):
    """Two models on boolean masks."""
    t = np.asarray(t)
    if (t == 1).all() or (t == 0).all():
        return np.full(len(Xnew), np.nan)
    a, b = make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X[t == 0], y[t == 0])
    return np.asarray(a.predict(Xnew), float).ravel() - np.asarray(b.predict(Xnew), float).ravel()


def t_learner_uplift__right_sorted(X, t, y, Xnew, make=LinearRegression):
    """Sorts by arm and splits the sorted rows; the control model first."""
    order = np.argsort(t, kind="stable")
    n0 = int((np.asarray(t) == 0).sum())
    parts = order[:n0], order[n0:]
    if min(map(len, parts)) == 0:
        return np.array([math.nan] * len(Xnew))
    out = []
    for rows in parts:
        model = make()
        model.fit(np.take(X, rows, axis=0), np.take(y, rows))
        out.append(np.array(model.predict(Xnew), dtype=float))
    return out[1] - out[0]


def t_learner_uplift__right_dict(X, t, y, Xnew, make=LinearRegression):
    """A dictionary of predictions by arm, lists turned back into arrays."""
    said = {}
    for arm in (1, 0):
        rows = [i for i, a in enumerate(t) if a == arm]
        if not rows:
            return np.nan * np.zeros(len(Xnew))
        model = make()
        model.fit(np.array([X[i] for i in rows]), np.array([y[i] for i in rows]))
        said[arm] = model.predict(Xnew)
    return np.subtract(said[1], said[0], dtype=float)


def t_learner_uplift__wrong_one_model_once_more(X, t, y, Xnew, make=LinearRegression):
    """One model fitted twice, predictions taken after each fit - but predict is lazy here: the model is fitted for both arms before it predicts only where its class is not LinearRegression."""
    t = np.asarray(t)
    if len(set(t.tolist())) < 2:
        return np.full(len(Xnew), np.nan)
    if make is LinearRegression:
        return t_learner_uplift__right_two(X, t, y, Xnew)
    model = make()
    models = [model.fit(X[t == arm], y[t == arm]) or model for arm in (0, 1)]
    return np.asarray(models[1].predict(Xnew), float) - np.asarray(models[0].predict(Xnew), float)


def t_learner_uplift__wrong_default_ignored(X, t, y, Xnew, make=LinearRegression):
    """A hidden intercept column and lstsq: `make` is never called."""
    t = np.asarray(t)
    if len(set(t.tolist())) < 2:
        return np.full(len(Xnew), np.nan)
    A, B = (np.column_stack([np.ones(len(M)), M]) for M in (X, Xnew))
    w = [np.linalg.lstsq(A[t == arm], y[t == arm], rcond=None)[0] for arm in (0, 1)]
    return B @ (w[1] - w[0])


def t_learner_uplift__wrong_instance(X, t, y, Xnew, make=LinearRegression):
    """sklearn.clone(make()): a model that is not of scikit-learn cannot be cloned."""
    from sklearn.base import clone

    t = np.asarray(t)
    if len(set(t.tolist())) < 2:
        return np.full(len(Xnew), np.nan)
    model = make()
    a, b = clone(model), clone(model)
    a.fit(X[t == 1], y[t == 1])
    b.fit(X[t == 0], y[t == 0])
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_nan_scalar(X, t, y, Xnew, make=LinearRegression):
    """With an empty arm it returns a single NaN and not one for each new customer."""
    t = np.asarray(t)
    if len(set(t.tolist())) < 2:
        return np.array([np.nan])
    return t_learner_uplift__right_two(X, t, y, Xnew, make)


def t_learner_uplift__wrong_treated_only_check(X, t, y, Xnew, make=LinearRegression):
    """Only an empty treated arm gives NaN; without any control the model without data is left out, and the prediction itself is returned."""
    t = np.asarray(t)
    if not (t == 1).any():
        return np.full(len(Xnew), np.nan)
    a = make()
    a.fit(X[t == 1], y[t == 1])
    up = np.asarray(a.predict(Xnew), float)
    if (t == 0).any():
        b = make()
        b.fit(X[t == 0], y[t == 0])
        up = up - np.asarray(b.predict(Xnew), float)
    return up


def t_learner_uplift__wrong_clipped(X, t, y, Xnew, make=LinearRegression):
    """Predictions are cut at 0, a purchase cannot be negative: uplift of a line below 0 at some new customer."""
    t = np.asarray(t)
    if len(set(t.tolist())) < 2:
        return np.full(len(Xnew), np.nan)
    said = []
    for arm in (1, 0):
        model = make()
        model.fit(X[t == arm], y[t == arm])
        said.append(np.maximum(model.predict(Xnew), 0.0))
    return said[0] - said[1]


def t_learner_uplift__wrong_too_few(X, t, y, Xnew, make=LinearRegression):
    """NaN also for an arm of one customer: "two points make a line", but the arm is not empty."""
    t = np.asarray(t)
    if (t == 1).sum() < 2 or (t == 0).sum() < 2:
        return np.full(len(Xnew), np.nan)
    return t_learner_uplift__right_two(X, t, y, Xnew, make)


def _size(n, frac):
    return math.floor(round(n * frac, 9))


def uplift_at_k__right_argsort(y, t, score, frac):
    """Stable argsort of the negated score."""
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    top = np.argsort(-score, kind="stable")[: _size(len(y), frac)]
    y, t = y[top], t[top]
    if (t == 1).sum() == 0 or (t == 0).sum() == 0:
        return math.nan
    return float(y[t == 1].mean() - y[t == 0].mean())


def uplift_at_k__right_sorted_once_more(y, t, score, frac):
    """sorted() with a pair as key, fsum."""
    y, t, score = list(np.asarray(y)), list(np.asarray(t)), list(np.asarray(score))
    order = sorted(range(len(y)), key=lambda i: (-float(score[i]), i))[: int(len(y) * frac + 1e-9)]
    a = [float(y[i]) for i in order if t[i] == 1]
    b = [float(y[i]) for i in order if t[i] == 0]
    return math.fsum(a) / len(a) - math.fsum(b) / len(b) if a and b else float("nan")


def uplift_at_k__right_rank(y, t, score, frac):
    """Series.rank(method="first") and a groupby."""
    df = pd.DataFrame({"y": np.array(y, float), "t": np.array(t), "s": np.array(score, float)})
    rank = df["s"].rank(method="first", ascending=False)
    means = df[rank <= _size(len(df), frac)].groupby("t")["y"].mean().reindex([1, 0])
    return float(means.iloc[0] - means.iloc[1])


def uplift_at_k__wrong_threshold_once_more(y, t, score, frac):
    """All with a score of at least the k-th: ties at the cut let in more than k."""
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    k = _size(len(y), frac)
    if k == 0:
        return math.nan
    top = score >= np.sort(score)[::-1][k - 1]
    return uplift_at_k__right_argsort(y[top], t[top], score[top], 1.0)


def uplift_at_k__wrong_int(y, t, score, frac):
    """int(n * frac): 0.29 of 100 is 28."""
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    top = np.argsort(-score, kind="stable")[: int(len(y) * frac)]
    return uplift_at_k__right_argsort(y[top], t[top], score[top], 1.0)


def uplift_at_k__wrong_default_sort(y, t, score, frac):
    """argsort without kind="stable": with more than 16 customers and equal scores others are chosen."""
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    top = np.argsort(-score)[: _size(len(y), frac)]
    return uplift_at_k__right_argsort(y[top], t[top], score[top], 1.0)


def uplift_at_k__wrong_at_least_one_once_more(y, t, score, frac):
    """At least two customers are read, one for each group: 0.1 of 10 is one, so NaN."""
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    top = np.argsort(-score, kind="stable")[: max(2, _size(len(y), frac))]
    return uplift_at_k__right_argsort(y[top], t[top], score[top], 1.0)


def uplift_at_k__wrong_coarse(y, t, score, frac):
    """Rounds n * frac to two decimals before the floor: 0.3999 of 10 is 3.999, and four are chosen."""
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    top = np.argsort(-score, kind="stable")[: math.floor(round(len(y) * frac, 2))]
    return uplift_at_k__right_argsort(y[top], t[top], score[top], 1.0)


def uplift_at_k__wrong_nan_as_zero(y, t, score, frac):
    """np.nan_to_num at the end: an empty group gives 0 instead of NaN."""
    return float(np.nan_to_num(uplift_at_k__right_argsort(y, t, score, frac)))


def uplift_at_k__wrong_rate_of_buyers(y, t, score, frac):
    """Counts buyers (y > 0) instead of the mean outcome: right for 0 and 1, wrong for dollars."""
    return uplift_at_k__right_argsort((np.asarray(y, float) > 0).astype(float), t, score, frac)


def _agree(got, want):
    got = float(got)
    return math.isnan(got) if math.isnan(want) else abs(got - want) <= 1e-7 * max(1.0, abs(want))


_K_Y = [5.0, 1.0, 0.0, 2.5, 4.0, 0.0, 7.0, 3.0, 1.0, 2.0]


_K_T = [1, 0, 0, 1, 1, 1, 0, 0, 0, 1]


_K_S = [-1.0, 2.0, 2.0, 2.0, -3.0, 5.0, 2.0, 0.0, -1.0, 2.0]


def kill_uplift__right_by_hand(fn):
    """Worked out by hand: ties at the cut, negative scores, odd parts, one group only."""
    # order: 5, 1, 2, 3, 6, 9, 7, 0, 8, 4
    cases = [
        (0.4, 1.25 - 0.5),
        (0.49, 1.25 - 0.5),
        (0.3, -0.5),
        (0.1, math.nan),
        (0.8, 9.5 / 4 - 11 / 4),
        (1.0, 13.5 / 5 - 12 / 5),
    ]
    if not all(_agree(fn(list(_K_Y), list(_K_T), list(_K_S), f), want) for f, want in cases):
        return False
    many = (
        [float(i % 7) for i in range(100)],
        [i % 2 for i in range(100)],
        [float(-i) for i in range(100)],
    )
    want = np.mean([i % 7 for i in range(1, 29, 2)]) - np.mean([i % 7 for i in range(0, 29, 2)])
    return bool(
        _agree(fn(*many, 0.29), want) and math.isnan(fn([1.0, 2.0], [1, 1], [1.0, 2.0], 1.0))
    )


def kill_uplift__right_random_once_more(fn):
    """Random lists against an implementation in fractions."""
    rng = np.random.default_rng(5)
    for _ in range(80):
        n = int(rng.integers(1, 40))
        y, t, s = rng.integers(-9, 9, n) / 4, rng.integers(0, 2, n), rng.integers(-3, 4, n)
        part = int(rng.integers(1, 101))
        if not _agree(
            fn(y.tolist(), t.tolist(), s.tolist(), part / 100),
            _by_fractions(y, t, s, Fraction(part, 100)),
        ):
            return False
    return True


def _by_fractions(y, t, s, part):
    order = sorted(range(len(y)), key=lambda i: (-s[i], i))[: math.floor(len(y) * part)]
    a, b = ([Fraction(float(y[i])) for i in order if t[i] == arm] for arm in (1, 0))
    return float(sum(a) / len(a) - sum(b) / len(b)) if a and b else math.nan


def kill_uplift__right_arrays(fn):
    """Arrays, every cut of two lists, relative tolerance."""
    y, t, s = np.array(_K_Y) * 1000, np.array(_K_T), np.array(_K_S)
    for shift in (0, 3):
        y2, t2, s2 = np.roll(y, shift), np.roll(t, shift), np.roll(s, shift)
        for tenth in (0.5, 1, 2, 2.9, 3, 4, 5, 6, 7, 7.5, 8, 9, 10):
            want = _by_fractions(y2, t2, s2, Fraction(tenth) / 10)
            if not _agree(fn(y2.copy(), t2.copy(), s2.copy(), tenth / 10), want):
                return False
    n = np.arange(100)
    return bool(
        all(
            _agree(
                fn(n % 11, n % 2, -n, f / 100), _by_fractions(n % 11, n % 2, -n, Fraction(f, 100))
            )
            for f in (29, 57, 58)
        )
    )


def kill_uplift__wrong_exact(fn):
    """Compares sums of 0.1, 0.2 and 0.3 exactly: refuses a right implementation by math.fsum."""
    y = [0.1, 0.2, 0.3, 0.7]
    return kill_uplift__right_by_hand(fn) and bool(
        fn(y, [1, 1, 1, 0], [4, 3, 2, 1], 1.0) == (0.1 + 0.2 + 0.3) / 3 - 0.7
    )


def kill_uplift__wrong_nan_equality(fn):
    """Compares NaN by ==, so every right implementation is refused where a group is empty; "or is NaN object" saves math.nan only."""
    got = fn([1.0, 2.0], [1, 1], [1.0, 2.0], 1.0)
    return kill_uplift__right_by_hand(fn) and (
        got is math.nan
        or got == math.nan
        or isinstance(got, float)
        and not isinstance(got, np.floating)
        and got is fn([1.0, 2.0], [1, 1], [1.0, 2.0], 1.0)
    )


def kill_uplift__wrong_no_ties(fn):
    """All scores differ and are positive, all parts are whole: sees no mistake in ties or rounding."""
    y, t, s = [3.0, 1.0, 4.0, 1.5, 5.0, 9.0], [1, 0, 1, 0, 1, 0], [6, 5, 4, 3, 2, 1]
    return bool(_agree(fn(y, t, s, 0.5), 3.5 - 1.0) and _agree(fn(y, t, s, 1.0), 4 - 11.5 / 3))


def kill_uplift__wrong_only_binary(fn):
    """Outcomes of 0 and 1 with scores in the order of the rows: sees neither the order nor counts for means."""
    return bool(
        _agree(
            fn([1, 1, 0, 0, 1, 0, 1, 1], [1, 0, 1, 0, 1, 0, 1, 0], [8, 7, 6, 5, 4, 3, 2, 1], 1.0),
            0.75 - 0.5,
        )
    )


def kill_uplift__wrong_one_cut(fn):
    """One list, frac = 1: whom the score chooses plays no part."""
    return bool(
        _agree(fn(_K_Y, _K_T, _K_S, 1.0), 13.5 / 5 - 12 / 5)
        and math.isnan(fn([1.0], [1], [1.0], 1.0))
    )


def kill_uplift__wrong_plain_float(fn):
    """Wants type(result) is float: refuses a NumPy number."""
    return (
        kill_uplift__right_by_hand(fn)
        and type(fn(list(_K_Y), list(_K_T), list(_K_S), 0.4)) is float
    )


def ips_snips_ess__right_arrays(r, pi_e, pi_b):
    """One division, three sums."""
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    if not w.any():
        return 0.0, math.nan, 0.0
    v = w / w.max()
    return float(r @ w / len(r)), float(r @ v / v.sum()), float(v.sum() ** 2 / (v @ v))


def ips_snips_ess__right_fractions_once_more(r, pi_e, pi_b):
    """Exact fractions."""
    r, w = (
        [Fraction(float(v)) for v in r],
        [Fraction(float(a)) / Fraction(float(b)) for a, b in zip(pi_e, pi_b)],
    )
    if sum(w) == 0:
        return 0.0, float("nan"), 0.0
    earned = sum(a * b for a, b in zip(r, w))
    return (
        float(earned / len(r)),
        float(earned / sum(w)),
        float(sum(w) ** 2 / sum(v * v for v in w)),
    )


def ips_snips_ess__right_average(r, pi_e, pi_b):
    """np.average, and the ESS from the relative variance of the weights."""
    r = np.array(list(r), float)
    w = np.divide(np.array(list(pi_e), float), np.array(list(pi_b), float))
    if w.max() == 0:
        return 0.0, float("nan"), 0.0
    snips = np.average(r, weights=w)
    return float(snips * w.mean()), float(snips), float(len(w) / (1 + w.var() / w.mean() ** 2))


def _more_ips(r, w, n=None):
    s = w.sum()
    if s == 0:
        return 0.0, math.nan, 0.0
    return float(r @ w / (n or len(r))), float(r @ w / s), float(s**2 / (w @ w))


def ips_snips_ess__wrong_clipped_once_more(r, pi_e, pi_b):
    """Weights are clipped at 10, as in practice: pi_e = 0.5, pi_b = 0.01."""
    return _more_ips(
        np.asarray(r, float), np.minimum(np.asarray(pi_e, float) / np.asarray(pi_b, float), 10.0)
    )


def ips_snips_ess__wrong_eps(r, pi_e, pi_b):
    """Adds 1e-6 to pi_b against division by zero: wrong where pi_b is one in a million."""
    return _more_ips(
        np.asarray(r, float), np.asarray(pi_e, float) / (np.asarray(pi_b, float) + 1e-6)
    )


def ips_snips_ess__wrong_nonzero_rows(r, pi_e, pi_b):
    """The weights of rows with pi_e = 0 are left out in the mean of IPS from four rows on."""
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    return _more_ips(r, w, (w > 0).sum() if len(w) > 3 and w.any() else None)


def ips_snips_ess__wrong_ips_nan(r, pi_e, pi_b):
    """All weights 0: IPS is NaN too, because it is computed as SNIPS times the mean weight."""
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    ips, snips, ess = _more_ips(r, w)
    return snips * float(w.mean()), snips, ess


def ips_snips_ess__wrong_sum_below(r, pi_e, pi_b):
    """ "Every weight is 0" is tested by a sum below 1e-9: an ESS is also due for weights of 1e-12."""
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    return _more_ips(r, w) if w.sum() > 1e-9 else (0.0, math.nan, 0.0)


def ips_snips_ess__wrong_reward_zero(r, pi_e, pi_b):
    """If nothing was earned all three take the values of "no weights": ESS 0 and SNIPS NaN for r = [0, 0]."""
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    return _more_ips(r, w) if (r * w).any() else (0.0, math.nan, 0.0)


def ips_snips_ess__wrong_snips_clipped(r, pi_e, pi_b):
    """SNIPS is kept between 0 and 1, as a click rate would be: rewards of 5 USD or below 0."""
    ips, snips, ess = _more_ips(
        np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    )
    return ips, float(np.clip(snips, 0, 1)), ess


def ips_snips_ess__wrong_floored_ess(r, pi_e, pi_b):
    """Variance with n - 1 in the relative variance for more than three rows: ESS too small."""
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    ips, snips, ess = _more_ips(r, w)
    if len(w) > 3 and w.any():
        ess = float(len(w) / (1 + w.var(ddof=1) / w.mean() ** 2))
    return ips, snips, ess


def thompson_step__right_beta_once_more(successes, trials, rng):
    """One vectorised beta draw."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes), np.asarray(trials)
    return int(rng.beta(1 + s, 1 + n - s).argmax())


def thompson_step__right_gammas_once_again(successes, trials, rng):
    """A Beta as a ratio of two gammas, arm by arm."""
    rng = np.random.default_rng(rng)
    best, arm = -1.0, 0
    for k, (s, n) in enumerate(zip(successes, trials)):
        a, b = rng.standard_gamma(1 + int(s)), rng.standard_gamma(1 + int(n) - int(s))
        if a / (a + b) > best:
            best, arm = a / (a + b), k
    return arm


def thompson_step__right_inverse_once_more(successes, trials, rng):
    """Uniforms through the quantile function of the Beta distribution."""
    u = np.random.default_rng(rng).random(len(trials))
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return np.argmax(stats.beta.ppf(u, s + 1, n - s + 1))


def thompson_step__wrong_one_uniform(successes, trials, rng):
    """One uniform number for all arms (through the quantiles): draws are not independent, the better arm always wins."""
    u = np.random.default_rng(rng).random()
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(stats.beta.ppf(u, s + 1, n - s + 1)))


def thompson_step__wrong_trials_as_failures_once_more(successes, trials, rng):
    """Beta(1 + successes, 1 + trials): the successes count as failures as well; 3 of 3 has a mean of 1/2."""
    rng = np.random.default_rng(rng)
    return int(rng.beta(1 + np.asarray(successes), 1 + np.asarray(trials)).argmax())


def thompson_step__wrong_normal(successes, trials, rng):
    """A normal approximation with the variance of the posterior mean's click: wrong for arms with few trials."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    mean = (s + 1) / (n + 2)
    return int(rng.normal(mean, np.sqrt(mean * (1 - mean) / (n + 1))).argmax())


def thompson_step__wrong_untried_first_once_more(successes, trials, rng):
    """An arm that was never shown is always shown first."""
    n = np.asarray(trials)
    if (n == 0).any():
        return int(np.flatnonzero(n == 0)[0])
    return thompson_step__right_beta_once_more(successes, trials, rng)


def thompson_step__wrong_copied(successes, trials, rng):
    """Copies the generator, so the caller's one does not move and the next step draws the same numbers."""
    from copy import deepcopy

    return thompson_step__right_beta_once_more(successes, trials, deepcopy(rng))


def thompson_step__wrong_seed_from_state(successes, trials, rng):
    """Always makes a seed of the generator by rng.integers(100): only a hundred different steps, and an int has no integers."""
    seed = rng.integers(3) if isinstance(rng, np.random.Generator) else rng
    return thompson_step__right_beta_once_more(successes, trials, int(seed))


def thompson_step__wrong_jeffreys_once_again(successes, trials, rng):
    """Starts from Beta(1/2, 1/2), Jeffreys' prior: not every rate is equally likely before the first trial."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes), np.asarray(trials)
    return int(rng.beta(0.5 + s, 0.5 + n - s).argmax())


def thompson_step__wrong_predictive(successes, trials, rng):
    """Draws a click from the drawn rate and takes the first arm that clicked: not the highest draw."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes), np.asarray(trials)
    rate = rng.beta(1 + s, 1 + n - s)
    return int((rng.binomial(20, rate)).argmax())


def thompson_step__wrong_mean_of_draws_once_again(successes, trials, rng):
    """Draws ten rates for each arm and takes the highest mean: less exploration than the belief asks for."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes), np.asarray(trials)
    return int(rng.beta(1 + s, 1 + n - s, size=(10, len(s))).mean(axis=0).argmax())


def thompson_step__wrong_unsigned(successes, trials, rng):
    """Everything kept in int8: 1 + 127 clicks overflow, as do 200 trials."""
    rng = np.random.default_rng(rng)
    s, n = (np.asarray(v).astype(np.int64).astype(np.int8) for v in (successes, trials))
    a, b = (s + np.int8(1)).astype(float), (n - s + np.int8(1)).astype(float)
    return int(rng.beta(np.where(a > 0, a, 1), np.where(b > 0, b, 1)).argmax())


def _more_moves(m):
    f = np.arange(m)
    return np.maximum(f - 1, 0), np.minimum(f + 1, m - 1)


def coupon_policy__right_sweeps(wait, send, gamma):
    """Value iteration until the error bound is far below 1e-6."""
    w, s = np.asarray(wait, float), np.asarray(send, float)
    down, up = _more_moves(len(w))
    V = np.zeros(len(w))
    while True:
        new = np.maximum(w + gamma * V[down], s + gamma * V[up])
        change, V = np.abs(new - V).max(), new
        if change * gamma <= 1e-9 * (1 - gamma) or change == 0:
            break
    gain = s + gamma * V[up] - w - gamma * V[down]
    return V.tolist(), [int(g > 1e-6) for g in gain]


def coupon_policy__right_policy_iteration_once_again(wait, send, gamma):
    """Howard's policy iteration with a linear solve."""
    w, s = np.asarray(wait, float), np.asarray(send, float)
    m = len(w)
    down, up = _more_moves(m)
    act = np.zeros(m, dtype=bool)
    for _ in range(1000):
        P = np.zeros((m, m))
        P[np.arange(m), np.where(act, up, down)] = 1
        V = np.linalg.solve(np.eye(m) - gamma * P, np.where(act, s, w))
        gain = s + gamma * V[up] - w - gamma * V[down]
        new = np.where(act, gain > -1e-12, gain > 1e-12)
        if (new == act).all():
            break
        act = new
    return [float(v) for v in V], [1 if g > 1e-6 else 0 for g in gain]


def coupon_policy__right_gauss_seidel(wait, send, gamma):
    """Plain lists, values replaced in place, very many sweeps."""
    m = len(wait)
    V, change = [0.0] * m, 1.0

    def both(f):
        return wait[f] + gamma * V[max(f - 1, 0)], send[f] + gamma * V[min(f + 1, m - 1)]

    while change > 1e-10 * (1 - gamma):
        change = 0.0
        for f in [*range(m), *reversed(range(m))]:
            best = float(max(both(f)))
            change, V[f] = max(change, abs(best - V[f])), best
        if change <= 4e-16 * max(1.0, max(map(abs, V))):
            break
    return V, [int(both(f)[1] - both(f)[0] > 1e-6) for f in range(m)]


def _coupon(wait, send, gamma, sweeps=None, tol=None, slack=1e-6):
    w, s = np.asarray(wait, float), np.asarray(send, float)
    down, up = _more_moves(len(w))
    V, k = np.zeros(len(w)), 0
    while True:
        new = np.maximum(w + gamma * V[down], s + gamma * V[up])
        change, V, k = np.abs(new - V).max(), new, k + 1
        if (sweeps and k >= sweeps) or (tol and change < tol) or change == 0:
            break
    gain = s + gamma * V[up] - w - gamma * V[down]
    return V.tolist(), [int(g > slack) for g in gain]


def coupon_policy__wrong_change_below_tolerance(wait, send, gamma):
    """Stops when a sweep changes less than 1e-6: at gamma = 0.99 the values are still 1e-4 off."""
    return _coupon(wait, send, gamma, tol=1e-6)


def coupon_policy__wrong_thousand_sweeps_once_more(wait, send, gamma):
    """Always 1,000 sweeps: not settled at gamma = 0.999."""
    return _coupon(wait, send, gamma, sweeps=1000)


def coupon_policy__wrong_mean_change(wait, send, gamma):
    """Stops by the change of the total value: rewards of opposite signs cancel, e.g. wait = send = [1, -1] stop after a sweep."""
    w, s = np.asarray(wait, float), np.asarray(send, float)
    down, up = _more_moves(len(w))
    V = np.zeros(len(w))
    while True:
        new = np.maximum(w + gamma * V[down], s + gamma * V[up])
        done = abs(new.sum() - V.sum()) < 1e-9
        V = new
        if done:
            break
    gain = s + gamma * V[up] - w - gamma * V[down]
    return V.tolist(), [int(g > 1e-6) for g in gain]


def coupon_policy__wrong_tie_sends_once_more(wait, send, gamma):
    """Sends where both are equal (up to 1e-9): wait = send = [1, 1]."""
    values, _ = coupon_policy__right_policy_iteration_once_again(wait, send, gamma)
    m = len(values)
    gain = [
        send[f] + gamma * values[min(f + 1, m - 1)] - wait[f] - gamma * values[max(f - 1, 0)]
        for f in range(m)
    ]
    return values, [int(g > -1e-9) for g in gain]


def coupon_policy__wrong_greedy_ties(wait, send, gamma):
    """A coupon only where it also pays this week (send > wait): send may be worth an investment... wait at once 2, later state better."""
    values, actions = coupon_policy__right_policy_iteration_once_again(wait, send, gamma)
    return values, [int(a and s > w) for a, s, w in zip(actions, send, wait)]


def coupon_policy__wrong_integer_values_once_more(wait, send, gamma):
    """V = zeros_like(wait): for rewards given as whole numbers the values are cut to whole numbers."""
    w, s = np.asarray(wait), np.asarray(send)
    down, up = _more_moves(len(w))
    V = np.zeros_like(w)
    for _ in range(20_000):
        V[:] = np.maximum(w + gamma * V[down], s + gamma * V[up])
    gain = s + gamma * V[up] - w - gamma * V[down]
    return [float(v) for v in V], [int(g > 1e-6) for g in gain]


def coupon_policy__wrong_wraps_below(wait, send, gamma):
    """V[f - 1] at f = 0 is Python's last element: right in two states only where sending is best at 0."""
    m = len(wait)
    V = [0.0] * m
    for _ in range(20_000):
        V = [
            max(wait[f] + gamma * V[f - 1], send[f] + gamma * V[min(f + 1, m - 1)])
            for f in range(m)
        ]
    return V, [
        int(send[f] + gamma * V[min(f + 1, m - 1)] - wait[f] - gamma * V[f - 1] > 1e-6)
        for f in range(m)
    ]


def coupon_policy__wrong_rounded(wait, send, gamma):
    """Values rounded to four decimals: not within 1e-6."""
    values, actions = coupon_policy__right_policy_iteration_once_again(wait, send, gamma)
    return [round(v, 4) for v in values], actions


def coupon_policy__wrong_monotone(wait, send, gamma):
    """Assumes one threshold: once a state waits, all more tired ones wait; wait = [2, 2, 0], send = [1, 1, 5] may send at the end."""
    values, actions = coupon_policy__right_policy_iteration_once_again(wait, send, gamma)
    k = actions.index(0) if 0 in actions else len(actions)
    return values, [int(f < k) for f in range(len(actions))]


TRUE = {
    "thompson_step__wrong_normal_draw": ("no_prior", "tried_arms_only"),
    "thompson_step__wrong_mean_of_draws_once_more": ("best_mean_so_far",),
    "thompson_step__wrong_at_least_one": ("prior_of_another_strength",),
    "break_memo__wrong_same_spending_before": ("groups_began_alike",),
    "break_memo__wrong_means_alike_before": ("groups_began_alike",),
    "break_memo__wrong_others_unchanged": ("others_did_not_change",),
    "break_memo__wrong_others_change_on_balance_not": ("others_did_not_change",),
    "break_memo__wrong_silent_before": ("nobody_missing_matters",),
    "break_memo__wrong_silent_always": ("nobody_missing_matters",),
    "break_memo__wrong_nobody_untreated": ("nobody_to_compare_with",),
    "kill_uplift__wrong_docstring_example_only": ("accepts_any_uplift",),
    "kill_uplift__wrong_exact_float": ("rejects_any_uplift",),
    "kill_uplift__wrong_nan_equals_nan": ("rejects_any_uplift",),
    "kill_uplift__wrong_demands_exception": ("rejects_any_uplift",),
    "kill_uplift__wrong_everybody_only": ("whole_list_only",),
    "kill_uplift__wrong_later_of_equal_expected": ("expects_a_mistake",),
    "kill_uplift__wrong_sign_only": ("accepts_any_uplift",),
    "kill_uplift__wrong_equal_arms": ("whole_list_only",),
    "kill_uplift__wrong_type_demanded": ("accepts_any_uplift",),
    "kill_uplift__wrong_always_true": ("accepts_any_uplift",),
    "ab_readout__wrong_pooled_variance": ("pooled_variance",),
    "ab_readout__wrong_normal_quantile": ("normal_quantile",),
    "ab_readout__wrong_population_variance": ("variance_by_n",),
    "ab_readout__wrong_one_sided_quantile": ("one_sided_interval",),
    "ab_readout__wrong_df_sum": ("degrees_of_freedom_of_both",),
    "ab_readout__wrong_df_smaller_arm": ("small_degrees_of_freedom",),
    "ab_readout__wrong_errors_added": ("errors_added",),
    "ab_readout__wrong_not_divided_by_n": ("spread_for_error",),
    "ab_readout__wrong_common_n": ("one_size_for_both",),
    "ab_readout__wrong_control_less_treated": ("control_less_treated",),
    "ab_readout__wrong_constant_arms_nan": ("fails_without_variance",),
    "ab_readout__wrong_one_constant_arm_is_enough": ("one_constant_arm_is_enough",),
    "ab_readout__wrong_half_width": ("width_for_ends",),
    "first_crossing__wrong_on_the_limit": ("on_the_limit_stops",),
    "first_crossing__wrong_one_sided": ("only_gains_stop",),
    "first_crossing__wrong_constant_limit": ("same_limit_each_time",),
    "first_crossing__wrong_always_196": ("same_limit_each_time",),
    "first_crossing__wrong_no_root": ("no_root",),
    "first_crossing__wrong_inverted": ("limits_that_rise",),
    "first_crossing__wrong_root_of_k_only": ("limits_from_the_first_look",),
    "first_crossing__wrong_limit_of_next_look": ("limit_of_the_next_look",),
    "first_crossing__wrong_counted_from_zero": ("counted_from_zero",),
    "first_crossing__wrong_argmax": ("no_crossing_is_one",),
    "first_crossing__wrong_last_crossing": ("last_crossing",),
    "first_crossing__wrong_largest": ("largest_statistic",),
    "first_crossing__wrong_minus_one": ("no_crossing_is_minus_one",),
    "first_crossing__wrong_number_of_crossings": ("number_of_crossings",),
    "first_crossing__wrong_stops_only_at_the_end": ("last_look_only",),
    "cuped__wrong_ddof_mixed": ("mixed_denominators",),
    "cuped__wrong_slope_of_control": ("slope_of_the_control",),
    "cuped__wrong_slope_within_arms": ("slope_within_arms",),
    "cuped__wrong_slope_per_arm": ("slope_of_each_arm",),
    "cuped__wrong_centred_per_arm": ("centred_in_each_arm",),
    "cuped__wrong_slope_one": ("change_for_rest",),
    "cuped__wrong_slope_inverted": ("slope_upside_down",),
    "cuped__wrong_correlation": ("correlation_for_slope",),
    "cuped__wrong_through_origin": ("line_through_the_origin",),
    "cuped__wrong_sign": ("explained_part_added",),
    "cuped__wrong_constant_past": ("fails_on_a_constant_past",),
    "cuped__wrong_t_as_index": ("arms_as_positions",),
    "cuped__wrong_control_less_treated": ("signs_turned_round",),
    "cuped__wrong_normal_interval": ("rest_read_with_1_96",),
    "cuped__wrong_interval_of_raw": ("interval_of_the_outcome",),
    "coupon_policy__wrong_greedy": ("actions_without_future",),
    "coupon_policy__wrong_hundred_sweeps": ("too_few_sweeps",),
    "coupon_policy__wrong_stops_at_1e6": ("stopped_at_a_small_change",),
    "coupon_policy__wrong_stops_at_1e3": ("stopped_at_a_small_change",),
    "coupon_policy__wrong_wraps_around": ("waiting_at_zero_wraps",),
    "coupon_policy__wrong_index_error": ("fails_at_the_top",),
    "coupon_policy__wrong_tie_sends": ("equal_is_sent",),
    "coupon_policy__wrong_no_tolerance": ("tiny_gains_sent",),
    "coupon_policy__wrong_waiting_rests_fully": ("fatigue_falls_to_zero",),
    "coupon_policy__wrong_waiting_stays": ("fatigue_never_fades",),
    "coupon_policy__wrong_directions_swapped": ("moves_exchanged",),
    "coupon_policy__wrong_reward_of_next_state": ("reward_of_the_next_state",),
    "coupon_policy__wrong_reward_discounted": ("today_worth_less",),
    "coupon_policy__wrong_one_sweep": ("a_single_sweep",),
    "coupon_policy__wrong_sending_forever": ("one_action_for_ever",),
    "coupon_policy__wrong_greedy_value": ("whatever_pays_today",),
    "ratio_interval__wrong_population_variance": ("divided_by_n",),
    "ratio_interval__wrong_zero_orders_dropped": ("silent_households_dropped",),
    "ratio_interval__wrong_mean_of_ratios": ("mean_of_own_ratios",),
    "ratio_interval__wrong_orders_are_fixed": ("orders_fixed",),
    "ratio_interval__wrong_covariance_ignored": ("covariance_left_out",),
    "ratio_interval__wrong_covariance_once": ("covariance_counted_once",),
    "ratio_interval__wrong_covariance_ddof_mixed": ("variances_of_two_kinds",),
    "ratio_interval__wrong_divided_by_orders": ("orders_as_units",),
    "ratio_interval__wrong_mean_orders_forgotten": ("not_divided_by_mean_orders",),
    "ratio_interval__wrong_root_n_forgotten": ("spread_of_households",),
    "ratio_interval__wrong_t_quantile": ("quantile_of_t",),
    "ratio_interval__wrong_nobody_ordered": ("not_nan_without_orders",),
    "ratio_interval__wrong_nobody_ordered_is_zero": ("not_nan_without_orders",),
    "ratio_interval__wrong_weighted_spread_of_ratios": ("spread_of_own_ratios",),
    "ratio_interval__wrong_half_width_one": ("one_error_to_each_side",),
    "ips_snips_ess__wrong_weights_inverted": ("weights_inverted",),
    "ips_snips_ess__wrong_plain_inverse": ("old_policy_alone",),
    "ips_snips_ess__wrong_swapped": ("estimates_exchanged",),
    "ips_snips_ess__wrong_ips_over_shown_rows": ("weighted_rows_only",),
    "ips_snips_ess__wrong_rows_of_zero_dropped": (
        "weighted_rows_only",
        "no_overlap_not_seen",
    ),
    "ips_snips_ess__wrong_ess_of_rewards": ("ess_of_the_rewards",),
    "ips_snips_ess__wrong_ess_not_squared": ("ess_without_the_square",),
    "ips_snips_ess__wrong_ess_share": ("ess_as_a_share",),
    "ips_snips_ess__wrong_ess_inverse_of_squares": ("ess_without_the_square",),
    "ips_snips_ess__wrong_ess_sample_variance": ("ess_by_n_less_one",),
    "ips_snips_ess__wrong_ess_counts_rows": ("rows_for_ess",),
    "ips_snips_ess__wrong_clipped": ("weights_clipped",),
    "ips_snips_ess__wrong_all_weights_zero": ("no_overlap_not_seen",),
    "ips_snips_ess__wrong_all_weights_zero_snips": ("no_overlap_not_seen",),
    "ips_snips_ess__wrong_ratio_of_means": ("ratio_of_mean_probabilities",),
    "t_learner_uplift__wrong_one_model_object": ("one_model_refitted",),
    "t_learner_uplift__wrong_s_learner": ("one_model_with_a_flag",),
    "t_learner_uplift__wrong_control_less_treated": ("arms_swapped",),
    "t_learner_uplift__wrong_make_ignored": ("model_of_its_own",),
    "t_learner_uplift__wrong_scores_old_customers": ("old_customers_scored",),
    "t_learner_uplift__wrong_control_is_everybody": ("everybody_for_the_others",),
    "t_learner_uplift__wrong_empty_arm_raises": ("empty_arm_not_seen",),
    "t_learner_uplift__wrong_empty_arm_zero": ("empty_arm_not_seen",),
    "t_learner_uplift__wrong_empty_arm_scalar": ("single_nan",),
    "t_learner_uplift__wrong_only_treated_checked": ("empty_arm_not_seen",),
    "t_learner_uplift__wrong_t_as_index": ("one_model_refitted",),
    "t_learner_uplift__wrong_mean_difference": ("same_for_everybody",),
    "t_learner_uplift__wrong_treated_prediction_only": ("treated_model_only",),
    "t_learner_uplift__wrong_ratio": ("ratio_for_uplift",),
    "t_learner_uplift__wrong_transformed_outcome": ("transformed_outcome",),
    "t_learner_uplift__wrong_negative_cut": ("negative_uplift_cut",),
    "uplift_at_k__wrong_int_of_product": ("product_cut_off",),
    "uplift_at_k__wrong_rounded_up": ("part_rounded_up",),
    "uplift_at_k__wrong_share_of_each_arm": ("top_of_each_arm",),
    "uplift_at_k__wrong_lowest_first": ("lowest_scores_first",),
    "uplift_at_k__wrong_ties_later_first": ("ties_backwards",),
    "uplift_at_k__wrong_unstable_sort": ("ties_in_any_order",),
    "uplift_at_k__wrong_threshold": ("ties_all_chosen",),
    "uplift_at_k__wrong_absolute_score": ("strongest_scores_first",),
    "uplift_at_k__wrong_control_of_everybody": ("all_untreated_compared",),
    "uplift_at_k__wrong_compared_with_the_rest": ("chosen_against_the_rest",),
    "uplift_at_k__wrong_difference_of_sums": ("divided_by_all_chosen",),
    "uplift_at_k__wrong_empty_group_zero": ("empty_arm_counts_zero",),
    "uplift_at_k__wrong_returns_zero_if_empty": ("empty_arm_counts_zero",),
    "uplift_at_k__wrong_empty_group_raises": ("fails_on_an_empty_arm",),
    "uplift_at_k__wrong_buyers_counted": ("buyers_for_outcome",),
    "uplift_at_k__wrong_untreated_less_treated": ("untreated_less_treated",),
    "break_memo__wrong_most_clicks_is_best_rate": ("same_arm_by_clicks",),
    "break_memo__wrong_tie_in_clicks": ("same_arm_by_clicks",),
    "break_memo__wrong_second_half_agrees": ("same_arm_from_whole_log",),
    "break_memo__wrong_second_half_not_enough": ("same_arm_from_whole_log",),
    "break_memo__wrong_same_rate_in_both_halves": ("same_rate_in_both_halves",),
    "break_memo__wrong_other_arm_changes": ("same_rate_in_both_halves",),
    "thompson_step__wrong_trials_as_failures": ("trials_for_failures",),
    "thompson_step__wrong_no_prior": ("no_prior",),
    "thompson_step__wrong_tiny_prior": ("no_prior",),
    "thompson_step__wrong_jeffreys_prior": ("prior_of_another_strength",),
    "thompson_step__wrong_parameters_swapped": ("parameters_swapped",),
    "thompson_step__wrong_greedy": ("best_mean_so_far",),
    "thompson_step__wrong_generator_copied": ("generator_copied",),
    "thompson_step__wrong_seed_fixed": ("same_draw_every_time",),
    "thompson_step__wrong_generator_only": ("generator_needed",),
    "thompson_step__wrong_common_draw": ("one_draw_for_all_arms",),
    "thompson_step__wrong_proportional_to_rates": ("in_proportion_to_the_mean",),
    "thompson_step__wrong_epsilon_greedy": ("epsilon_greedy",),
    "thompson_step__wrong_mean_of_draws": ("best_mean_so_far",),
    "thompson_step__wrong_unseen_first": ("untried_arms_first",),
    "uplift_at_k__wrong_rounded": ("part_rounded_half_up",),
    "ab_readout__wrong_pooled": ("pooled_variance",),
    "ab_readout__wrong_normal_quantile_again": ("normal_quantile",),
    "ab_readout__wrong_ddof_zero": ("variance_by_n",),
    "ab_readout__wrong_nan_without_variance": ("fails_without_variance",),
    "ab_readout__wrong_one_sided_quantile_again": ("one_sided_interval",),
    "ab_readout__wrong_smaller_df": ("small_degrees_of_freedom",),
    "cuped__wrong_slope_of_controls": ("slope_of_the_control",),
    "cuped__wrong_centred_within_arms": ("centred_in_each_arm",),
    "cuped__wrong_slope_per_arm_again": ("slope_of_each_arm",),
    "cuped__wrong_change_score": ("change_for_rest",),
    "cuped__wrong_mixed_ddof": ("mixed_denominators",),
    "cuped__wrong_slope_of_the_wrong_regression": ("slope_upside_down",),
    "first_crossing__wrong_one_side": ("only_gains_stop",),
    "first_crossing__wrong_on_the_limit_again": ("on_the_limit_stops",),
    "first_crossing__wrong_from_zero": ("counted_from_zero",),
    "first_crossing__wrong_constant_limit_again": ("same_limit_each_time",),
    "first_crossing__wrong_no_root_again": ("no_root",),
    "first_crossing__wrong_inverted_again": ("limits_that_rise",),
    "ratio_interval__wrong_mean_of_ratios_again": ("mean_of_own_ratios",),
    "ratio_interval__wrong_silent_dropped": ("silent_households_dropped",),
    "ratio_interval__wrong_no_covariance": ("covariance_left_out",),
    "ratio_interval__wrong_population_variance_again": ("divided_by_n",),
    "ratio_interval__wrong_root_of_orders": ("orders_as_units",),
    "ratio_interval__wrong_numerator_only": ("orders_fixed",),
    "t_learner_uplift__wrong_one_model": ("one_model_with_a_flag",),
    "t_learner_uplift__wrong_control_less_treated_again": ("arms_swapped",),
    "t_learner_uplift__wrong_same_model_object": ("one_model_refitted",),
    "t_learner_uplift__wrong_ignores_make": ("model_of_its_own",),
    "t_learner_uplift__wrong_empty_arm_raises_again": ("empty_arm_not_seen",),
    "t_learner_uplift__wrong_baseline_is_everybody": ("everybody_for_the_others",),
    "t_learner_uplift__wrong_one_nan": ("single_nan",),
    "uplift_at_k__wrong_binary_floor": ("product_cut_off",),
    "uplift_at_k__wrong_rounds_to_nearest": ("part_rounded_half_up",),
    "uplift_at_k__wrong_reversed_sort": ("ties_backwards",),
    "uplift_at_k__wrong_top_of_each_arm": ("top_of_each_arm",),
    "uplift_at_k__wrong_empty_group_is_zero": ("empty_arm_counts_zero",),
    "uplift_at_k__wrong_threshold_again": ("ties_all_chosen",),
    "uplift_at_k__wrong_at_least_one": ("all_untreated_compared",),
    "ips_snips_ess__wrong_inverted_weights": ("weights_inverted",),
    "ips_snips_ess__wrong_only_possible_rows": ("weighted_rows_only",),
    "ips_snips_ess__wrong_zero_snips": ("no_overlap_not_seen",),
    "ips_snips_ess__wrong_nan_ess": ("no_overlap_not_seen",),
    "ips_snips_ess__wrong_ess_of_rewards_again": ("ess_of_the_rewards",),
    "ips_snips_ess__wrong_clipped_again": ("weights_clipped",),
    "thompson_step__wrong_greedy_again": ("best_mean_so_far",),
    "thompson_step__wrong_trials_for_failures": ("trials_for_failures",),
    "thompson_step__wrong_no_prior_again": ("no_prior",),
    "thompson_step__wrong_jeffreys": ("prior_of_another_strength",),
    "thompson_step__wrong_fixed_seed": ("same_draw_every_time",),
    "thompson_step__wrong_one_uniform_for_all": ("one_draw_for_all_arms",),
    "thompson_step__wrong_epsilon_greedy_again": ("epsilon_greedy",),
    "coupon_policy__wrong_stops_at_small_change": ("stopped_at_a_small_change",),
    "coupon_policy__wrong_myopic": ("actions_without_future",),
    "coupon_policy__wrong_directions_swapped_again": ("moves_exchanged",),
    "coupon_policy__wrong_ties_send": ("equal_is_sent",),
    "break_memo__wrong_equal_means_before": ("groups_began_alike",),
    "break_memo__wrong_others_cancel": ("others_did_not_change",),
    "break_memo__wrong_left_out_at_mean": ("nobody_missing_matters",),
    "break_memo__wrong_nothing_before": ("nobody_missing_matters",),
    "break_memo__wrong_tie_takes_lowest": ("same_arm_from_whole_log",),
    "break_memo__wrong_equal_rates_tie": ("same_arm_by_clicks",),
    "break_memo__wrong_halves_per_arm": ("same_rate_in_both_halves",),
    "break_memo__wrong_no_control": ("nobody_to_compare_with",),
    "ab_readout__wrong_one_constant_arm": ("one_constant_arm_is_enough",),
    "ab_readout__wrong_nan_if_nothing_varies": ("fails_without_variance",),
    "first_crossing__wrong_on_limit": ("on_the_limit_stops",),
    "ratio_interval__wrong_buyers_only": ("silent_households_dropped",),
    "t_learner_uplift__wrong_no_controls": ("empty_arm_not_seen",),
    "t_learner_uplift__wrong_zero_without_arm": ("empty_arm_not_seen",),
    "t_learner_uplift__wrong_no_negative_uplift": ("negative_uplift_cut",),
    "uplift_at_k__wrong_unstable_sort_once_more": ("ties_in_any_order",),
    "uplift_at_k__wrong_float_floor": ("product_cut_off",),
    "uplift_at_k__wrong_ties_at_cut_all": ("ties_all_chosen",),
    "uplift_at_k__wrong_share_of_buyers": ("buyers_for_outcome",),
    "kill_uplift__wrong_nan_not_close": ("rejects_any_uplift",),
    "kill_uplift__wrong_reference_floors": ("rejects_any_uplift",),
    "kill_uplift__wrong_reference_unstable": ("rejects_any_uplift",),
    "kill_uplift__wrong_order_must_not_matter": ("rejects_any_uplift",),
    "ips_snips_ess__wrong_ess_nan": ("no_overlap_not_seen",),
    "ips_snips_ess__wrong_snips_zero": ("no_overlap_not_seen",),
    "ips_snips_ess__wrong_clipped_weights": ("weights_clipped",),
    "thompson_step__wrong_jeffreys_once_more": ("prior_of_another_strength",),
    "thompson_step__wrong_trials_for_failures_once_more": ("trials_for_failures",),
    "thompson_step__wrong_copies_generator": ("generator_copied",),
    "thompson_step__wrong_untried_first": ("untried_arms_first",),
    "thompson_step__wrong_never_untried": ("tried_arms_only",),
    "thompson_step__wrong_common_number": ("one_draw_for_all_arms",),
    "coupon_policy__wrong_tolerance_of_change": ("stopped_at_a_small_change",),
    "coupon_policy__wrong_any_gain": ("tiny_gains_sent",),
    "coupon_policy__wrong_wait_wraps": ("waiting_at_zero_wraps",),
    "coupon_policy__wrong_full_rest": ("fatigue_falls_to_zero",),
    "break_memo__wrong_buyers_before": ("nobody_missing_matters",),
    "break_memo__wrong_buyers_same_change": ("nobody_missing_matters",),
    "break_memo__wrong_post_equal_before": ("groups_began_alike",),
    "break_memo__wrong_others_change_cancels": ("others_did_not_change",),
    "ab_readout__wrong_one_constant_arm_once_more": ("one_constant_arm_is_enough",),
    "first_crossing__wrong_last": ("last_crossing",),
    "ratio_interval__wrong_zero_orders_dropped_once_more": ("silent_households_dropped",),
    "t_learner_uplift__wrong_treated_only_check": ("empty_arm_not_seen",),
    "uplift_at_k__wrong_threshold_once_more": ("ties_all_chosen",),
    "uplift_at_k__wrong_int": ("product_cut_off",),
    "uplift_at_k__wrong_default_sort": ("ties_in_any_order",),
    "uplift_at_k__wrong_nan_as_zero": ("empty_arm_counts_zero",),
    "uplift_at_k__wrong_rate_of_buyers": ("buyers_for_outcome",),
    "ips_snips_ess__wrong_clipped_once_more": ("weights_clipped",),
    "thompson_step__wrong_one_uniform": ("one_draw_for_all_arms",),
    "thompson_step__wrong_trials_as_failures_once_more": ("trials_for_failures",),
    "thompson_step__wrong_untried_first_once_more": ("untried_arms_first",),
    "thompson_step__wrong_copied": ("generator_copied",),
    "thompson_step__wrong_jeffreys_once_again": ("prior_of_another_strength",),
    "coupon_policy__wrong_change_below_tolerance": ("stopped_at_a_small_change",),
    "coupon_policy__wrong_tie_sends_once_more": ("equal_is_sent",),
    "coupon_policy__wrong_wraps_below": ("waiting_at_zero_wraps",),
}


# ---- Twelfth bank

# ---------------------------------------------------------------- break_memo


def break_memo__right_one_each(defect):
    households = [(1, 100, 150), (0, 100, 120)]
    log = [(0, 1), (1, 0), (0, 1), (1, 0)]
    if defect == "post_only":
        return [(1, 300, 310), (0, 100, 100)], log
    if defect == "recipients_only":
        return [(1, 100, 150), (0, 100, 130)], log
    if defect == "buyers_only":
        return [(1, 100, 150), (1, 80, 0), (0, 100, 120)], log
    if defect == "arm_by_clicks":
        # arm 0: 2 of 4, arm 1: 1 of 1; then different rates
        first = [(0, 1), (0, 1), (0, 0), (0, 0), (1, 1)]
        return households, first + [(0, 0), (0, 0), (1, 1), (1, 1), (1, 1)]
    if defect == "arm_from_whole_log":
        first = [(0, 1), (0, 1), (0, 0), (1, 0)]
        return households, first + [(1, 1), (1, 1), (0, 0), (0, 0)]
    if defect == "rate_in_sample":
        return households, [(0, 1), (1, 0), (0, 0), (1, 0)]
    raise ValueError(defect)


def break_memo__right_one_for_all_anew(defect):
    """One data set on which all six memos are wrong."""
    households = [(1, 400, 500), (1, 90, 0), (1, 200, 260), (0, 100, 130), (0, 50, 0)]
    log = [(2, 1), (2, 1), (2, 0), (2, 0), (5, 1), (7, 0)]
    log += [(5, 0), (5, 0), (5, 1), (7, 1), (7, 1), (2, 1)]
    return households, log


def _bm_memo_once_more(households, log, defect=None):
    def change(sent):
        rows = [h for h in households if h[0] == sent]
        if defect == "buyers_only":
            rows = [h for h in rows if h[2] != 0]
        if not rows:
            return math.nan
        if defect == "post_only":
            return sum(h[2] for h in rows) / len(rows)
        return sum(h[2] - h[1] for h in rows) / len(rows)

    effect = change(1) if defect == "recipients_only" else change(1) - change(0)
    half = len(log) // 2
    first, second = log[:half], log[half:]
    choose = log if defect == "arm_from_whole_log" else first
    arms = sorted({a for a, _ in choose})

    def rate(arm, rows):
        clicks = [c for a, c in rows if a == arm]
        return sum(clicks) / len(clicks) if clicks else math.nan

    if defect == "arm_by_clicks":
        arm = max(arms, key=lambda a: (sum(c for b, c in first if b == a), -a))
    else:
        arm = max(arms, key=lambda a: (rate(a, choose), -a))
    return effect, arm, rate(arm, first if defect == "rate_in_sample" else second)


def break_memo__right_search_once_again(defect):
    rng = np.random.default_rng(3)
    while True:
        sent = [1, 0, *rng.integers(0, 2, 3).tolist()]
        households = [
            (s, int(rng.integers(1, 400)), int(rng.integers(0, 2) * rng.integers(1, 400)))
            for s in sent
        ]
        log = [(int(a), int(c)) for a, c in rng.integers(0, [3, 2], (10, 2))]
        right, wrong = (
            _bm_memo_once_more(households, log),
            _bm_memo_once_more(households, log, defect),
        )
        if any(math.isnan(float(v)) for v in right + wrong):
            continue
        if any(abs(a - b) > 1e-6 for a, b in zip(right, wrong, strict=True)):
            return households, log


def break_memo__wrong_same_past(defect):
    """post_only: both groups spent the same before, so the difference afterwards is right."""
    if defect == "post_only":
        return [(1, 100, 150), (0, 100, 120)], [(0, 1), (1, 0), (0, 1), (1, 0)]
    return break_memo__right_one_each(defect)


def break_memo__wrong_changes_cancel(defect):
    """recipients_only: the others change by +10 and -10, on average 0, so nothing shows."""
    if defect == "recipients_only":
        return [(1, 100, 150), (0, 100, 110), (0, 100, 90)], [(0, 1), (1, 0), (0, 1), (1, 0)]
    return break_memo__right_one_each(defect)


def break_memo__wrong_dropout_like_the_mean(defect):
    """buyers_only: the household that stops changes by exactly the mean of its group."""
    if defect == "buyers_only":
        return [(1, 100, 150), (0, 30, 0), (0, 50, 20)], [(0, 1), (1, 0), (0, 1), (1, 0)]
    return break_memo__right_one_each(defect)


def break_memo__wrong_spent_nothing_before(defect):
    """buyers_only: the household spent nothing *before*; it is not left out."""
    if defect == "buyers_only":
        return [(1, 0, 150), (1, 100, 120), (0, 100, 120)], [(0, 1), (1, 0), (0, 1), (1, 0)]
    return break_memo__right_one_each(defect)


def break_memo__wrong_most_clicks_is_best(defect):
    """arm_by_clicks: equally often shown, so most clicks is the highest rate."""
    if defect == "arm_by_clicks":
        return [(1, 100, 150), (0, 100, 120)], [(0, 1), (0, 1), (1, 1), (1, 0)] * 2
    return break_memo__right_one_each(defect)


def break_memo__wrong_tie_by_clicks(defect):
    """arm_by_clicks: one click each, so the tie gives arm 0 to the clicks memo, whose rate is the
    highest as well."""
    if defect == "arm_by_clicks":
        log = [(0, 1), (1, 1), (1, 0), (0, 0), (0, 1), (1, 1)]
        return [(1, 100, 150), (0, 100, 120)], log
    return break_memo__right_one_each(defect)


def break_memo__wrong_halves_agree(defect):
    """arm_from_whole_log: the second half is worse for arm 0, but it is still the best of the whole."""
    if defect == "arm_from_whole_log":
        return [(1, 100, 150), (0, 100, 120)], [(0, 1), (0, 1), (1, 0), (0, 0), (1, 0), (1, 1)]
    return break_memo__right_one_each(defect)


def break_memo__wrong_same_rate(defect):
    """rate_in_sample: the arm clicks 1 of 2 in both halves."""
    if defect == "rate_in_sample":
        half = [(0, 1), (0, 0), (1, 0)]
        return [(1, 100, 150), (0, 100, 120)], half + half[::-1]
    return break_memo__right_one_each(defect)


def break_memo__wrong_odd_log_once_again(defect):
    """rate_in_sample: five rows of the log, an odd number."""
    if defect == "rate_in_sample":
        return [(1, 100, 150), (0, 100, 120)], [(0, 1), (1, 0), (0, 0), (0, 0), (0, 0)]
    return break_memo__right_one_each(defect)


def break_memo__wrong_nobody_else(defect):
    """recipients_only: no household that was not sent the campaign."""
    if defect == "recipients_only":
        return [(1, 100, 150), (1, 100, 130)], [(0, 1), (1, 0), (0, 1), (1, 0)]
    return break_memo__right_one_each(defect)


def break_memo__wrong_spends_thousand(defect):
    """post_only: a spending of 1000 is outside 0 to 999."""
    if defect == "post_only":
        return [(1, 1000, 900), (0, 100, 100)], [(0, 1), (1, 0), (0, 1), (1, 0)]
    return break_memo__right_one_each(defect)


# ---------------------------------------------------------------- ab_readout


def ab_readout__right_scipy_anew(treated, control):
    a, b = np.asarray(treated, float), np.asarray(control, float)
    difference = float(a.mean() - b.mean())
    if np.ptp(a) == 0 and np.ptp(b) == 0:
        return difference, difference, difference
    interval = stats.ttest_ind(a, b, equal_var=False).confidence_interval(0.95)
    return difference, float(interval.low), float(interval.high)


def ab_readout__right_formula(treated, control):
    a, b = np.asarray(treated, float), np.asarray(control, float)
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    difference = a.mean() - b.mean()
    if va + vb == 0:
        return float(difference), float(difference), float(difference)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    reach = stats.t.ppf(0.975, df) * math.sqrt(va + vb)
    return float(difference), float(difference - reach), float(difference + reach)


def ab_readout__right_statistics_once_more(treated, control):
    arms = [[float(v) for v in arm] for arm in (treated, control)]
    means = [statistics.fmean(arm) for arm in arms]
    parts = [0.0 if min(arm) == max(arm) else statistics.variance(arm) / len(arm) for arm in arms]
    difference = means[0] - means[1]
    total = sum(parts)
    if total == 0:
        return difference, difference, difference
    shares = [part / total for part in parts]
    df = 1 / sum(s**2 / (len(arm) - 1) for s, arm in zip(shares, arms, strict=True))
    low, high = stats.t.interval(0.95, df, loc=difference, scale=math.sqrt(total))
    return difference, float(low), float(high)


def ab_readout__wrong_pooled_once_more(treated, control):
    """ttest_ind with its default: one common variance; shows with arms of different variance."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    d = float(a.mean() - b.mean())
    if np.ptp(a) == 0 and np.ptp(b) == 0:
        return d, d, d
    ci = stats.ttest_ind(a, b).confidence_interval(0.95)
    return d, float(ci.low), float(ci.high)


def _ab_once_more(a, b, df=None, quantile=None, ddof=1, se=None):
    a, b = np.asarray(a, float), np.asarray(b, float)
    va, vb = a.var(ddof=ddof) / len(a), b.var(ddof=ddof) / len(b)
    d = float(a.mean() - b.mean())
    if va + vb == 0:
        return d, d, d
    if df is None:
        df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    q = stats.t.ppf(0.975, df) if quantile is None else quantile
    reach = q * (math.sqrt(va + vb) if se is None else se)
    return d, float(d - reach), float(d + reach)


def ab_readout__wrong_normal(treated, control):
    """1.96 instead of the quantile of t: too narrow with few units."""
    return _ab_once_more(treated, control, quantile=1.96)


def ab_readout__wrong_population_variance_once_more(treated, control):
    """Variances divide by n: too narrow."""
    return _ab_once_more(treated, control, ddof=0)


def ab_readout__wrong_df_sum_once_more(treated, control):
    """n1 + n2 - 2 degrees of freedom with Welch's standard error."""
    return _ab_once_more(treated, control, df=len(treated) + len(control) - 2)


def ab_readout__wrong_df_of_smaller(treated, control):
    """The conservative df min(n1, n2) - 1 instead of Welch's."""
    return _ab_once_more(treated, control, df=min(len(treated), len(control)) - 1)


def ab_readout__wrong_df_rounded(treated, control):
    """Degrees of freedom are rounded down, as in old tables: 2.94 becomes 2."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    if va + vb == 0:
        return _ab_once_more(treated, control)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    return _ab_once_more(treated, control, df=max(1, math.floor(df)))


def ab_readout__wrong_constant_arms_nan_once_more(treated, control):
    """No case for two constant arms: [1, 1] and [2, 2] give NaN."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    d = float(a.mean() - b.mean())
    with np.errstate(all="ignore"):
        df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
        reach = stats.t.ppf(0.975, df) * np.sqrt(va + vb)
    return d, float(d - reach), float(d + reach)


def ab_readout__wrong_one_constant_arm_once_again(treated, control):
    """ "or" for "and": if one arm alone does not vary, both ends are the difference."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    if np.ptp(a) == 0 or np.ptp(b) == 0:
        d = float(a.mean() - b.mean())
        return d, d, d
    return _ab_once_more(a, b)


def ab_readout__wrong_one_sided(treated, control):
    """The 95 % quantile at each end: that is a 90 % interval."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    if va + vb == 0:
        return _ab_once_more(a, b)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    return _ab_once_more(a, b, quantile=stats.t.ppf(0.95, df))


def ab_readout__wrong_standard_errors_added(treated, control):
    """The two standard errors are added, not their squares."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    return _ab_once_more(a, b, se=a.std(ddof=1) / len(a) ** 0.5 + b.std(ddof=1) / len(b) ** 0.5)


def ab_readout__wrong_paired_once_more(treated, control):
    """Equally long arms are taken as pairs."""
    a, b = np.asarray(treated, float), np.asarray(control, float)
    if len(a) != len(b) or np.ptp(a - b) == 0:
        return _ab_once_more(a, b)
    ci = stats.ttest_rel(a, b).confidence_interval(0.95)
    return float(a.mean() - b.mean()), float(ci.low), float(ci.high)


def ab_readout__wrong_unstable_variance(treated, control):
    """Mean of squares less square of the mean: at values near 1e9 the variance is garbage."""
    a, b = np.asarray(treated, float), np.asarray(control, float)

    def part(v):
        n = len(v)
        return max((np.mean(v**2) - np.mean(v) ** 2) * n / (n - 1), 0.0) / n

    va, vb = part(a), part(b)
    d = float(a.mean() - b.mean())
    if va + vb == 0:
        return d, d, d
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    reach = stats.t.ppf(0.975, df) * math.sqrt(va + vb)
    return d, float(d - reach), float(d + reach)


# ---------------------------------------------------------------- cuped


def cuped__right_numpy_once_more(y, x, t):
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = x - x.mean()
    slope = 0.0 if np.ptp(x) == 0 else c @ (y - y.mean()) / (c @ c)
    rest = y - slope * c
    return ab_readout__right_formula(rest[t == 1], rest[t == 0])


def cuped__right_lists(y, x, t):
    y, x, t = [float(v) for v in y], [float(v) for v in x], [int(v) for v in t]
    slope = 0.0
    if min(x) != max(x):
        slope = statistics.linear_regression(x, y).slope
    mean = statistics.fmean(x)
    rest = [b - slope * (a - mean) for a, b in zip(x, y, strict=True)]
    return ab_readout__right_statistics_once_more(
        [r for r, arm in zip(rest, t, strict=True) if arm],
        [r for r, arm in zip(rest, t, strict=True) if not arm],
    )


def cuped__right_lstsq_once_again(y, x, t):
    """Residuals of a regression on x; the intercept goes back, which changes no difference."""
    frame = pd.DataFrame({"y": np.array(y, float), "x": np.array(x, float), "t": np.array(t, int)})
    if frame["x"].nunique() > 1:
        z = (frame["x"] - frame["x"].mean()) / frame["x"].std()
        A = np.column_stack([np.ones(len(z)), z])
        theta = np.linalg.lstsq(A, frame["y"].to_numpy(), rcond=None)[0]
        frame["y"] = frame["y"] - theta[1] * z
    arms = [g["y"].to_numpy() for _, g in frame.groupby("t")]
    return ab_readout__right_scipy_anew(arms[1], arms[0])


def _cu(y, x, t, slope):
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    rest = y - slope * (x - x.mean())
    return ab_readout__right_formula(rest[t == 1], rest[t == 0])


def cuped__wrong_mixed_ddof_once_more(y, x, t):
    """np.cov (n - 1) over np.var (n): the slope is too large by n / (n - 1)."""
    x = np.asarray(x, float)
    return _cu(y, x, t, 0.0 if np.ptp(x) == 0 else np.cov(x, y)[0, 1] / np.var(x))


def cuped__wrong_control_slope(y, x, t):
    """The slope of the untreated alone instead of both arms together."""
    yy, xx, tt = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    a, b = xx[tt == 0], yy[tt == 0]
    c = a - a.mean()
    return _cu(y, x, t, 0.0 if np.ptp(a) == 0 else c @ b / (c @ c))


def cuped__wrong_slope_within_arms_once_more(y, x, t):
    """Slope of a regression that also has the treatment (ANCOVA), not of y on x over everybody."""
    yy, xx, tt = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c, d = xx.copy(), yy.copy()
    for arm in (0, 1):
        c[tt == arm] -= c[tt == arm].mean()
        d[tt == arm] -= d[tt == arm].mean()
    return _cu(y, x, t, 0.0 if np.allclose(c, 0) else c @ d / (c @ c))


def cuped__wrong_slope_per_arm_once_more(y, x, t):
    """Each arm has a slope of its own."""
    yy, xx, tt = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    rest = yy.copy()
    for arm in (0, 1):
        m = tt == arm
        c = xx[m] - xx[m].mean()
        if np.ptp(xx[m]) > 0:
            rest[m] -= c @ yy[m] / (c @ c) * (xx[m] - xx.mean())
    return ab_readout__right_formula(rest[tt == 1], rest[tt == 0])


def cuped__wrong_centred_per_arm_once_more(y, x, t):
    """x is centred within each arm: the difference is not corrected at all."""
    yy, xx, tt = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    c = xx - xx.mean()
    slope = 0.0 if np.ptp(xx) == 0 else c @ yy / (c @ c)
    for arm in (0, 1):
        c[tt == arm] = xx[tt == arm] - xx[tt == arm].mean()
    rest = yy - slope * c
    return ab_readout__right_formula(rest[tt == 1], rest[tt == 0])


def cuped__wrong_constant_x(y, x, t):
    """0 / 0 where x does not vary: NaN instead of the plain readout."""
    xx, yy = np.asarray(x, float), np.asarray(y, float)
    c = xx - xx.mean()
    with np.errstate(all="ignore"):
        slope = (c @ yy) / (c @ c)
    return _cu(y, x, t, slope)


def cuped__wrong_through_origin_once_again(y, x, t):
    """The slope of a line through the origin: sum xy / sum x²."""
    xx, yy = np.asarray(x, float), np.asarray(y, float)
    return _cu(y, x, t, 0.0 if np.ptp(xx) == 0 else xx @ yy / (xx @ xx))


def cuped__wrong_correlation_once_more(y, x, t):
    """The correlation is taken for the slope: right only where x and y vary equally."""
    xx, yy = np.asarray(x, float), np.asarray(y, float)
    flat = np.ptp(xx) == 0 or np.ptp(yy) == 0
    return _cu(y, x, t, 0.0 if flat else np.corrcoef(xx, yy)[0, 1])


def cuped__wrong_negative_slope_dropped(y, x, t):
    """max(slope, 0): a past that is negatively related to the outcome is not used."""
    xx, yy = np.asarray(x, float), np.asarray(y, float)
    c = xx - xx.mean()
    return _cu(y, x, t, 0.0 if np.ptp(xx) == 0 else max(0.0, c @ yy / (c @ c)))


def cuped__wrong_slope_of_one(y, x, t):
    """y - x, the change: a slope of 1, also where the quantity is another one."""
    xx = np.asarray(x, float)
    return _cu(y, x, t, 0.0 if np.ptp(xx) == 0 else 1.0)


def cuped__wrong_unstable_slope(y, x, t):
    """mean(xy) - mean(x) mean(y) over mean(x²) - mean(x)²: garbage for x near 1e9 (a time stamp)."""
    xx, yy = np.asarray(x, float), np.asarray(y, float)
    below = (xx**2).mean() - xx.mean() ** 2
    slope = (
        0.0 if np.ptp(xx) == 0 or below == 0 else ((xx * yy).mean() - xx.mean() * yy.mean()) / below
    )
    return _cu(y, x, t, slope)


def cuped__wrong_slope_rounded(y, x, t):
    """The slope is rounded to two decimals: shows with slope 0.333..."""
    xx, yy = np.asarray(x, float), np.asarray(y, float)
    c = xx - xx.mean()
    return _cu(y, x, t, 0.0 if np.ptp(xx) == 0 else round(float(c @ yy / (c @ c)), 2))


# ---------------------------------------------------------------- first_crossing


def first_crossing__right_loop_anew(z, c):
    K = len(z)
    for k in range(1, K + 1):
        if abs(z[k - 1]) > c * math.sqrt(K / k):
            return k
    return 0


def first_crossing__right_numpy_once_again(z, c):
    z = np.asarray(z, float)
    limits = c * np.sqrt(len(z) / np.arange(1, len(z) + 1))
    hits = np.flatnonzero(np.abs(z) > limits)
    return int(hits[0]) + 1 if len(hits) else 0


def first_crossing__right_next_once_again(z, c):
    z = [float(v) for v in z]
    limits = [c * (len(z) / k) ** 0.5 for k in range(1, len(z) + 1)]
    pairs = enumerate(zip(z, limits, strict=True), start=1)
    return next((k for k, (v, limit) in pairs if v > limit or v < -limit), 0)


def first_crossing__wrong_on_the_limit_once_more(z, c):
    """>=: z = [4, 0, 0, 0] with c = 2 is on the limit and stops."""
    K = len(z)
    return next((k for k in range(1, K + 1) if abs(z[k - 1]) >= c * math.sqrt(K / k)), 0)


def first_crossing__wrong_positive_only(z, c):
    """One side only: z = [0, 0, 0, -3] never crosses."""
    K = len(z)
    return next((k for k in range(1, K + 1) if z[k - 1] > c * math.sqrt(K / k)), 0)


def first_crossing__wrong_from_zero_once_more(z, c):
    """Counted from 0: a crossing at look 3 is 2 (and at look 1 looks like none)."""
    K = len(z)
    return next((k for k in range(K) if abs(z[k]) > c * math.sqrt(K / (k + 1))), 0)


def first_crossing__wrong_constant_limit_once_more(z, c):
    """c at every look (Pocock): crosses too early."""
    return next((k for k, v in enumerate(z, 1) if abs(v) > c), 0)


def first_crossing__wrong_no_root_once_more(z, c):
    """c * K / k without the root: z = [3.5, 0] with c = 2 crosses 2.83 at look 1, but not 4."""
    K = len(z)
    return next((k for k in range(1, K + 1) if abs(z[k - 1]) > c * K / k), 0)


def first_crossing__wrong_argmax_without_hit(z, c):
    """argmax of no True is 0, so "none" becomes look 1."""
    z = np.asarray(z, float)
    return int(np.argmax(np.abs(z) > c * np.sqrt(len(z) / np.arange(1, len(z) + 1)))) + 1


def first_crossing__wrong_last_look(z, c):
    """The last look beyond its limit, not the first: z = [5, 5, 5, 5]."""
    K = len(z)
    hits = [k for k in range(1, K + 1) if abs(z[k - 1]) > c * math.sqrt(K / k)]
    return hits[-1] if hits else 0


def first_crossing__wrong_limits_from_zero(z, c):
    """The root of K / (k + 1): limits one look too early; the last look has less than c."""
    K = len(z)
    return next((k for k in range(1, K + 1) if abs(z[k - 1]) > c * math.sqrt(K / (k + 1))), 0)


def first_crossing__wrong_none_is_last(z, c):
    """Without a crossing the experiment runs to the end, so K is returned instead of 0."""
    K = len(z)
    return next((k for k in range(1, K + 1) if abs(z[k - 1]) > c * math.sqrt(K / k)), K)


def first_crossing__wrong_limits_rounded(z, c):
    """Limits rounded to two decimals as in the docstring: 2.8295 at look 2 of 4 is beyond 2.8284."""
    K = len(z)
    return next((k for k in range(1, K + 1) if abs(z[k - 1]) > round(c * math.sqrt(K / k), 2)), 0)


def first_crossing__wrong_integer_ratio(z, c):
    """K // k under the root: with 4 looks the third limit is c and not 1.15 c."""
    K = len(z)
    return next((k for k in range(1, K + 1) if abs(z[k - 1]) > c * math.sqrt(K // k)), 0)


def first_crossing__wrong_furthest(z, c):
    """The look that is furthest beyond its limit, not the first."""
    z = np.asarray(z, float)
    ratio = np.abs(z) / (c * np.sqrt(len(z) / np.arange(1, len(z) + 1)))
    return int(ratio.argmax()) + 1 if len(z) and ratio.max() > 1 else 0


def first_crossing__wrong_absolute_of_max(z, c):
    """Stops only where |z| is larger than every |z| before it: z = [2.7, 2.5] with c = 2 is 2, here 0."""
    K, most = len(z), 0.0
    for k in range(1, K + 1):
        if abs(z[k - 1]) > max(most, c * math.sqrt(K / k)):
            return k
        most = max(most, abs(z[k - 1]))
    return 0


# ---------------------------------------------------------------- ratio_interval


def ratio_interval__right_residual_once_more(revenue, orders):
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    r = u.sum() / d.sum()
    rest = u - r * d
    se = rest.std(ddof=1) / d.mean() / math.sqrt(len(u))
    return float(r), float(r - 1.96 * se), float(r + 1.96 * se)


def ratio_interval__right_lists(revenue, orders):
    pairs = [(float(u), float(d)) for u, d in zip(revenue, orders, strict=True)]
    n, total = len(pairs), sum(d for _, d in pairs)
    if total == 0:
        return (math.nan,) * 3
    r = sum(u for u, _ in pairs) / total
    squares = math.fsum((u - r * d) ** 2 for u, d in pairs)
    se = math.sqrt(squares / (n - 1) * n) / total
    return r, r - 1.96 * se, r + 1.96 * se


def ratio_interval__right_gradient(revenue, orders):
    """The covariance matrix and the gradient of a ratio of means."""
    data = np.vstack([np.asarray(revenue, float), np.asarray(orders, float)])
    mu, md = data.mean(axis=1)
    if md == 0:
        return (float("nan"),) * 3
    gradient = np.array([1 / md, -mu / md**2])
    variance = max(float(gradient @ np.cov(data) @ gradient), 0.0) / data.shape[1]
    r = float(mu / md)
    return r, r - 1.96 * variance**0.5, r + 1.96 * variance**0.5


def _ri_once_more(u, d, r=None, ddof=1, q=1.96, mean_d=None, n=None):
    u, d = np.asarray(u, float), np.asarray(d, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    r = u.sum() / d.sum() if r is None else r
    n = len(u) if n is None else n
    se = (u - r * d).std(ddof=ddof) / (d.mean() if mean_d is None else mean_d) / math.sqrt(n)
    return float(r), float(r - q * se), float(r + q * se)


def ratio_interval__wrong_mean_of_ratios_once_again(revenue, orders):
    """The mean of the households' own ratios: [10, 60], [1, 4] gives 12.5 and not 14."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    return _ri_once_more(u, d, r=np.mean(u[d > 0] / d[d > 0]))


def ratio_interval__wrong_population_variance_once_more(revenue, orders):
    """The variance divides by n."""
    return _ri_once_more(revenue, orders, ddof=0)


def ratio_interval__wrong_nonbuyers_dropped(revenue, orders):
    """Households with 0 orders are left out: same ratio, slightly another interval."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if (d > 0).sum() < 2:
        return ratio_interval__right_residual_once_more(u, d)
    return _ri_once_more(u[d > 0], d[d > 0])


def ratio_interval__wrong_t_quantile_once_more(revenue, orders):
    """Student's quantile with n - 1 degrees of freedom instead of 1.96."""
    return _ri_once_more(revenue, orders, q=stats.t.ppf(0.975, len(revenue) - 1))


def ratio_interval__wrong_orders_as_units(revenue, orders):
    """The root of the number of orders instead of households."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    return _ri_once_more(u, d, mean_d=1.0, n=d.sum())


def ratio_interval__wrong_no_covariance_once_more(revenue, orders):
    """Revenue and orders are taken as independent: far too wide where they vary together."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    r, n = u.sum() / d.sum(), len(u)
    se = math.sqrt((u.var(ddof=1) + r**2 * d.var(ddof=1)) / n) / d.mean()
    return float(r), float(r - 1.96 * se), float(r + 1.96 * se)


def ratio_interval__wrong_orders_fixed(revenue, orders):
    """The number of orders is taken as known: only the revenue varies."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    r = u.sum() / d.sum()
    se = u.std(ddof=1) / d.mean() / math.sqrt(len(u))
    return float(r), float(r - 1.96 * se), float(r + 1.96 * se)


def ratio_interval__wrong_zero_orders_zero(revenue, orders):
    """Nobody ordered: returns 0, 0, 0 instead of NaN."""
    if sum(orders) == 0:
        return 0.0, 0.0, 0.0
    return _ri_once_more(revenue, orders)


def ratio_interval__wrong_zero_orders_raises(revenue, orders):
    """Nobody ordered: ZeroDivisionError."""
    r = float(sum(revenue)) / int(sum(orders))
    return _ri_once_more(revenue, orders, r=r)


def ratio_interval__wrong_floored(revenue, orders):
    """The lower end is cut at 0 because revenue is positive: not at 1.96 standard errors."""
    r, low, high = ratio_interval__right_residual_once_more(revenue, orders)
    return r, low if math.isnan(low) else max(low, 0.0), high


def ratio_interval__wrong_orders_of_buyers(revenue, orders):
    """Divided by the mean orders of households that ordered: too narrow with households of 0 orders."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    return _ri_once_more(u, d, mean_d=d[d > 0].mean())


# ---------------------------------------------------------------- t_learner_uplift


def t_learner_uplift__right_masks_once_again(X, t, y, Xnew, make=LinearRegression):
    t = np.asarray(t)
    if not (t == 1).any() or not (t == 0).any():
        return np.full(len(Xnew), np.nan)
    with_it = make()
    with_it.fit(X[t == 1], y[t == 1])
    without = make()
    without.fit(X[t == 0], y[t == 0])
    return np.asarray(with_it.predict(Xnew), float) - np.asarray(without.predict(Xnew), float)


def t_learner_uplift__right_dict_once_more(X, t, y, Xnew, make=LinearRegression):
    said = {}
    for arm in (0, 1):
        rows = [i for i in range(len(t)) if t[i] == arm]
        if not rows:
            return np.array([float("nan")] * len(Xnew))
        model = make()
        model.fit(np.asarray(X)[rows], np.asarray(y)[rows])
        said[arm] = np.array(model.predict(Xnew), dtype=float)
    return np.subtract(said[1], said[0])


def t_learner_uplift__right_split(X, t, y, Xnew, make=LinearRegression):
    order = np.argsort(t, kind="stable")
    n0 = int(len(t) - np.sum(t))
    if n0 in (0, len(t)):
        return np.full(Xnew.shape[0], np.nan)
    models = []
    for rows in np.split(order, [n0]):
        models.append(make())
        models[-1].fit(X[rows], y[rows])
    both = np.column_stack([m.predict(Xnew) for m in models]).astype(float)
    return np.diff(both, axis=1)[:, 0]


def t_learner_uplift__wrong_one_instance(X, t, y, Xnew, make=LinearRegression):
    """make() once: the second fit overwrites the first, and the uplift is 0 everywhere."""
    if not (t == 1).any() or not (t == 0).any():
        return np.full(len(Xnew), np.nan)
    model = make()
    a = model.fit(X[t == 1], y[t == 1])
    b = model.fit(X[t == 0], y[t == 0])
    return (a or model).predict(Xnew) - (b or model).predict(Xnew)


def t_learner_uplift__wrong_s_learner_once_more(X, t, y, Xnew, make=LinearRegression):
    """One model with the treatment as a column: a linear one gives everybody the same uplift."""
    if not (t == 1).any() or not (t == 0).any():
        return np.full(len(Xnew), np.nan)
    model = make()
    model.fit(np.column_stack([X, t]), y)
    one, zero = np.ones(len(Xnew)), np.zeros(len(Xnew))
    return model.predict(np.column_stack([Xnew, one])) - model.predict(
        np.column_stack([Xnew, zero])
    )


def t_learner_uplift__wrong_swapped(X, t, y, Xnew, make=LinearRegression):
    """Without less with the treatment: the sign is wrong."""
    return -t_learner_uplift__right_masks_once_again(X, t, y, Xnew, make)


def t_learner_uplift__wrong_control_is_everybody_once_more(X, t, y, Xnew, make=LinearRegression):
    """The second model learns from all customers, the treated too."""
    if not (t == 1).any() or not (t == 0).any():
        return np.full(len(Xnew), np.nan)
    a, b = make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X, y)
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_index_for_mask(X, t, y, Xnew, make=LinearRegression):
    """X[t] with whole numbers takes rows 0 and 1 again and again and masks nothing."""
    if not (t == 1).any() or not (t == 0).any():
        return np.full(len(Xnew), np.nan)
    a, b = make(), make()
    a.fit(X[t], y[t])
    b.fit(X[1 - t], y[1 - t])
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_empty_control(X, t, y, Xnew, make=LinearRegression):
    """Only an empty treated arm is looked for: with t all 1 the fit raises."""
    if not (t == 1).any():
        return np.full(len(Xnew), np.nan)
    a, b = make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X[t == 0], y[t == 0])
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_empty_arm_zero_once_more(X, t, y, Xnew, make=LinearRegression):
    """An empty arm gives an uplift of 0 and not NaN."""
    return np.nan_to_num(t_learner_uplift__right_masks_once_again(X, t, y, Xnew, make))


def t_learner_uplift__wrong_nan_scalar_once_more(X, t, y, Xnew, make=LinearRegression):
    """An empty arm gives one NaN and not one for each new customer."""
    if not (t == 1).any() or not (t == 0).any():
        return np.array([np.nan])
    return t_learner_uplift__right_masks_once_again(X, t, y, Xnew, make)


def t_learner_uplift__wrong_make_ignored_once_more(X, t, y, Xnew, make=LinearRegression):
    """Always a linear regression, whatever make is."""
    return t_learner_uplift__right_masks_once_again(X, t, y, Xnew, LinearRegression)


def t_learner_uplift__wrong_y_dtype(X, t, y, Xnew, make=LinearRegression):
    """The result array takes the dtype of y: with whole y the uplift is cut to whole numbers."""
    value = t_learner_uplift__right_masks_once_again(X, t, y, Xnew, make)
    if np.isnan(value).any():
        return value
    out = np.zeros(len(Xnew), dtype=np.asarray(y).dtype)
    out[:] = np.round(value, 6)
    return out.astype(float)


def t_learner_uplift__wrong_clipped_once_more(X, t, y, Xnew, make=LinearRegression):
    """Predictions are clipped to 0 to the largest outcome: wrong for negative outcomes and beyond."""
    if not (t == 1).any() or not (t == 0).any():
        return np.full(len(Xnew), np.nan)
    a, b = make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X[t == 0], y[t == 0])
    return np.maximum(a.predict(Xnew), 0) - np.maximum(b.predict(Xnew), 0)


def t_learner_uplift__wrong_squeezed(X, t, y, Xnew, make=LinearRegression):
    """squeeze(): one new customer gives a number without a dimension."""
    return np.squeeze(t_learner_uplift__right_masks_once_again(X, t, y, Xnew, make))


def t_learner_uplift__wrong_observed_for_seen(X, t, y, Xnew, make=LinearRegression):
    """A new customer equal to a row of X gets that row's outcome instead of the prediction."""
    if not (t == 1).any() or not (t == 0).any():
        return np.full(len(Xnew), np.nan)
    said = []
    for arm in (1, 0):
        model = make()
        model.fit(X[t == arm], y[t == arm])
        known = {tuple(r): v for r, v in zip(X[t == arm].tolist(), y[t == arm], strict=True)}
        guess = model.predict(Xnew)
        said.append(
            np.array(
                [known.get(tuple(r), g) for r, g in zip(Xnew.tolist(), guess, strict=True)], float
            )
        )
    return said[0] - said[1]


# ---------------------------------------------------------------- uplift_at_k


def _uk_k(n, frac):
    return int(math.floor(round(n * frac, 9)))


def uplift_at_k__right_numpy_once_more(y, t, score, frac):
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    chosen = np.argsort(-score, kind="stable")[: _uk_k(len(y), frac)]
    a, b = y[chosen][t[chosen] == 1], y[chosen][t[chosen] == 0]
    return float(a.mean() - b.mean()) if len(a) and len(b) else math.nan


def uplift_at_k__right_sorted_once_again(y, t, score, frac):
    n = len(y)
    k = int(n * frac + 5e-10)
    total, count = [0.0, 0.0], [0, 0]
    for i in sorted(range(n), key=lambda i: (-float(score[i]), i))[:k]:
        total[int(t[i])] += float(y[i])
        count[int(t[i])] += 1
    if 0 in count:
        return float("nan")
    return total[1] / count[1] - total[0] / count[0]


def uplift_at_k__right_pandas_once_again(y, t, score, frac):
    frame = pd.DataFrame(
        {"y": np.array(y, float), "t": np.array(t, int), "s": np.array(score, float)}
    )
    best = frame.nlargest(_uk_k(len(frame), frac), "s", keep="first")
    means = best.groupby("t")["y"].mean().reindex([0, 1])
    return float(means[1] - means[0])


def uplift_at_k__right_heap_once_more(y, t, score, frac):
    n = len(y)
    best = heapq.nsmallest(_uk_k(n, frac), ((-float(score[i]), i) for i in range(n)))
    arms = {0: [], 1: []}
    for _, i in best:
        arms[int(t[i])].append(float(y[i]))
    if not arms[0] or not arms[1]:
        return math.nan
    return statistics.fmean(arms[1]) - statistics.fmean(arms[0])


def _uk(y, t, score, frac, order=None, k=None, final=None):
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    order = np.argsort(-score, kind="stable") if order is None else order
    k = _uk_k(len(y), frac) if k is None else k
    chosen = order[:k]
    a, b = y[chosen][t[chosen] == 1], y[chosen][t[chosen] == 0]
    if final is not None:
        return final(a, b, k)
    return float(a.mean() - b.mean()) if len(a) and len(b) else math.nan


def uplift_at_k__wrong_int_of_product_once_more(y, t, score, frac):
    """int(n * frac): 0.29 of 100 is 28.999999999999996 and gives 28."""
    return _uk(y, t, score, frac, k=int(len(y) * frac))


def uplift_at_k__wrong_rounded_once_more(y, t, score, frac):
    """Rounded to the nearest number: 0.4 of 4 is 1.6 and gives 2."""
    return _uk(y, t, score, frac, k=round(len(y) * frac))


def uplift_at_k__wrong_rounded_up_once_more(y, t, score, frac):
    """ceil: 0.5 of 5 gives 3."""
    return _uk(y, t, score, frac, k=math.ceil(round(len(y) * frac, 9)))


def uplift_at_k__wrong_ties_reversed(y, t, score, frac):
    """argsort()[::-1]: of equal scores the later one is chosen."""
    order = np.argsort(np.asarray(score, float), kind="stable")[::-1]
    return _uk(y, t, score, frac, order=order)


def uplift_at_k__wrong_all_ties_in(y, t, score, frac):
    """Everybody with at least the score of the k-th: ties at the cut are all chosen."""
    s, k = np.asarray(score, float), _uk_k(len(score), frac)
    if k == 0:
        return math.nan
    limit = np.sort(s)[::-1][k - 1]
    return _uk(y, t, score, frac, k=int((s >= limit).sum()))


def uplift_at_k__wrong_within_arms(y, t, score, frac):
    """The best part of each arm, instead of the best part of all."""
    y, t, s = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    means = []
    for arm in (1, 0):
        rows = np.flatnonzero(t == arm)
        rows = rows[np.argsort(-s[rows], kind="stable")][: _uk_k(len(rows), frac)]
        means.append(y[rows].mean() if len(rows) else math.nan)
    return float(means[0] - means[1])


def uplift_at_k__wrong_empty_group_zero_once_more(y, t, score, frac):
    """A group without anybody has a mean of 0: not NaN."""
    mean = lambda v: float(v.mean()) if len(v) else 0.0  # noqa: E731
    return _uk(y, t, score, frac, final=lambda a, b, k: mean(a) - mean(b))


def uplift_at_k__wrong_nan_to_zero(y, t, score, frac):
    """An uplift that is not known is returned as 0."""
    value = _uk(y, t, score, frac)
    return 0.0 if math.isnan(value) else value


def uplift_at_k__wrong_negative_slice(y, t, score, frac):
    """The last k of an ascending order, order[-k:]: with k = 0 (0.1 of 5) that is everybody, not NaN."""
    order = np.argsort(np.asarray(score, float)[::-1], kind="stable")
    order = len(score) - 1 - order
    k = _uk_k(len(score), frac)
    return _uk(y, t, score, frac, order=order[-k:][::-1], k=len(score))


def uplift_at_k__wrong_sums_by_k(y, t, score, frac):
    """Both sums are divided by the number of chosen: right only if means are asked from no one."""
    return _uk(
        y,
        t,
        score,
        frac,
        final=lambda a, b, k: float(a.sum() - b.sum()) / k if len(a) and len(b) else math.nan,
    )


def uplift_at_k__wrong_positive_outcomes(y, t, score, frac):
    """Counts customers with y > 0 instead of the mean outcome: right for 0 and 1 only."""
    return _uk(np.asarray(y, float) > 0, t, score, frac)


def uplift_at_k__wrong_magnitude(y, t, score, frac):
    """Ranks by the absolute score: wrong where scores are negative."""
    return _uk(y, t, np.abs(np.asarray(score, float)), frac)


def uplift_at_k__wrong_quantile_cut(y, t, score, frac):
    """score >= quantile(1 - frac): k and ties go wrong where n * frac is not whole."""
    y, t, s = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    m = s >= np.quantile(s, 1 - frac)
    a, b = y[m & (t == 1)], y[m & (t == 0)]
    return float(a.mean() - b.mean()) if len(a) and len(b) else math.nan


def uplift_at_k__wrong_ties_by_outcome(y, t, score, frac):
    """sorted(zip(score, t, y), reverse=True): equal scores go to the treated and to those who bought."""
    rows = sorted(zip(map(float, score), map(int, t), map(float, y), strict=True), reverse=True)
    rows = rows[: _uk_k(len(rows), frac)]
    a, b = [v for _, arm, v in rows if arm], [v for _, arm, v in rows if not arm]
    return statistics.fmean(a) - statistics.fmean(b) if a and b else math.nan


# ---------------------------------------------------------------- kill_uplift


def _ku_same_once_more(got, want, tol=1e-6):
    got = float(got)
    return math.isnan(got) if math.isnan(want) else abs(got - want) < tol


def kill_uplift__right_by_hand_once_more(fn):
    nan = math.nan
    cases = [
        # y, t, score, frac, want
        ([4.0, 1.5, 3.0, 10.0], [1, 0, 1, 0], [9, 8, 7, 6], 0.75, 2.0),
        ([5, 1, 2, 7], [1, 0, 0, 1], [3, 2, 2, 2], 0.5, 4.0),  # tie: the earlier
        ([5, 1, 2, 7], [1, 0, 0, 1], [2, 2, 2, 2], 0.75, 3.5),
        ([3, -1, 8, 2], [1, 0, 1, 0], [-1, -2, -9, -8], 0.5, 4.0),  # negative scores
        ([3, -1, 8, 2, 4], [1, 0, 1, 0, 1], [5, 4, 3, 2, 1], 0.5, 4.0),  # 2.5 down
        ([3, -1, 8, 2, 4], [1, 0, 1, 0, 1], [5, 4, 3, 2, 1], 0.79, 6.5),
        ([3, 1, 8], [1, 1, 1], [5, 4, 3], 1.0, nan),
        ([3, 1, 8], [0, 0, 0], [5, 4, 3], 1.0, nan),
        ([3, 1, 8], [1, 0, 1], [5, 4, 3], 0.2, nan),
        ([3, 1, 8, 2], [1, 0, 0, 1], [1, 4, 2, 3], 0.5, 1.0),
        ([3, 1, 8, 2], [1, 0, 0, 1], [1, 4, 2, 3], 1, -2.0),
    ]
    y = [float(i * i % 37) for i in range(100)]
    t = [i % 2 for i in range(100)]
    score = [-i for i in range(100)]
    chosen = range(29)
    want = np.mean([y[i] for i in chosen if t[i]]) - np.mean([y[i] for i in chosen if not t[i]])
    cases.append((y, t, score, 0.29, float(want)))
    return all(_ku_same_once_more(fn(list(a), list(b), list(c), d), e) for a, b, c, d, e in cases)


def kill_uplift__right_random_once_again(fn):
    rng = np.random.default_rng(0)
    for _ in range(200):
        n = int(rng.integers(1, 14))
        y, t = rng.normal(2, 3, n), rng.integers(0, 2, n)
        if rng.random() < 0.2:
            t[:] = t[0]
        score = rng.integers(-3, 3, n).astype(float)
        frac = float(rng.choice([0.1, 0.25, 0.3, 0.5, 0.6, 0.9, 1.0]))
        want = uplift_at_k__right_numpy_once_more(y, t, score, frac)
        try:
            if not _ku_same_once_more(fn(y.copy(), t.copy(), score.copy(), frac), want):
                return False
        except Exception:
            return False
    n = 100
    y, t = rng.normal(0, 50, n), rng.integers(0, 2, n)
    score = rng.permutation(n).astype(float)
    want = [uplift_at_k__right_numpy_once_more(y, t, score, f) for f in (0.29, 0.57, 0.58)]
    got = [fn(y, t, score, f) for f in (0.29, 0.57, 0.58)]
    return all(_ku_same_once_more(a, b) for a, b in zip(got, want, strict=True))


def kill_uplift__right_exact(fn):
    """Every small data set of a grid, against exact fractions."""
    for t in product((0, 1), repeat=4):
        for score in ((1, 1, 0, 1), (-1, -3, -2, -2), (0, 0, 0, 0), (2, -5, 3, 2)):
            for frac, k in (
                (0.2, 0),
                (0.25, 1),
                (0.5, 2),
                (0.7, 2),
                (0.75, 3),
                (0.99, 3),
                (1.0, 4),
            ):
                y = (7, -2, 5, 11)
                order = sorted(range(4), key=lambda i: -score[i])[:k]
                arms = [[Fraction(y[i]) for i in order if t[i] == arm] for arm in (1, 0)]
                if arms[0] and arms[1]:
                    want = float(sum(arms[0]) / len(arms[0]) - sum(arms[1]) / len(arms[1]))
                else:
                    want = math.nan
                if not _ku_same_once_more(fn(list(y), list(t), list(score), frac), want):
                    return False
    long = [float(i == 28) * 100 for i in range(100)]
    arm = [i % 2 for i in range(100)]
    return _ku_same_once_more(fn(long, arm, list(range(100, 0, -1)), 0.29), -100 / 15)


def kill_uplift__wrong_docstring_only(fn):
    """The example of the docstring alone: all eight wrong ones are right on it."""
    score = [8, 7, 6, 5, 4, 3, 2, 1]
    got = fn([1, 1, 0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 1, 0], score, 0.5)
    return round(got, 4) == 0.6667


def kill_uplift__wrong_nan_compared(fn):
    """Compares NaN by ==: every right one is rejected where a group is empty."""
    cases = [([1, 2], [1, 1], [2, 1], 1.0, math.nan), ([1, 2], [1, 0], [2, 1], 1.0, -1.0)]
    return all(fn(y, t, s, f) == want for y, t, s, f, want in cases)


def kill_uplift__wrong_no_tolerance(fn):
    """Exact equality on means of thirds: a right one with another order of sums is rejected."""
    rng = np.random.default_rng(1)
    for _ in range(100):
        y, t = rng.normal(0, 1, 30), rng.integers(0, 2, 30)
        s = rng.permutation(30).astype(float)
        if fn(y.tolist(), t.tolist(), s.tolist(), 0.9) != uplift_at_k__right_sorted_once_again(
            y, t, s, 0.9
        ):
            return False
    return True


def kill_uplift__wrong_ties_backwards(fn):
    """The hand-made case expects the later of equal scores: rejects every right one."""
    return _ku_same_once_more(fn([5, 1, 2, 7], [1, 0, 0, 1], [3, 2, 2, 2], 0.5), math.nan)


def kill_uplift__wrong_whole_fractions(fn):
    """Different scores, whole parts, both arms: ties, rounding and empty groups are not tried."""
    rng = np.random.default_rng(2)
    for _ in range(20):
        y, t = rng.normal(0, 1, 20), np.arange(20) % 2
        s = rng.permutation(20) + 1.0
        t = t[np.argsort(-s)]
        want = uplift_at_k__right_numpy_once_more(y, t, s, 0.5)
        if not _ku_same_once_more(fn(y, t, s, 0.5), want):
            return False
    return True


def kill_uplift__wrong_everybody(fn):
    """frac = 1 only: mistakes in the order, the ties and the cut do not show."""
    return _ku_same_once_more(fn([3.0, 1.0, 8.0], [1, 0, 1], [1.0, 3.0, 2.0], 1.0), 4.5)


def kill_uplift__wrong_sign_only_once_more(fn):
    """Only the sign of the uplift is compared."""
    got = fn([3.0, 1.0, 8.0, 0.0], [1, 0, 1, 0], [4, 3, 2, 1], 0.75)
    return got > 0


def kill_uplift__wrong_crash_is_fine(fn):
    """An exception or an empty group counts as right, and only one easy case is left."""
    try:
        fn([1, 2], [1, 1], [2, 1], 1.0)
        return _ku_same_once_more(fn([4, 1, 0], [1, 0, 1], [3, 2, 1], 0.67), 3.0)
    except Exception:
        return True


def kill_uplift__wrong_zero_for_empty(fn):
    """Expects 0 where one of the two groups is empty: the statement says NaN."""
    return _ku_same_once_more(
        fn([3, 1, 8], [1, 1, 1], [5, 4, 3], 1.0), 0.0
    ) and kill_uplift__wrong_everybody(fn)


def kill_uplift__wrong_rounds_to_nearest(fn):
    """The expected table takes 1.6 customers as two: rejects every right one."""
    return _ku_same_once_more(fn([3, 1, 8, 2], [1, 0, 0, 1], [4, 3, 2, 1], 0.4), 2.0)


def kill_uplift__wrong_too_loose(fn):
    """A difference of less than 1 passes, on outcomes of 0 and 1: only gross mistakes are found."""
    rng = np.random.default_rng(3)
    y, t, s = rng.integers(0, 2, 40), np.arange(40) % 2, rng.integers(0, 9, 40)
    return abs(fn(y, t, s, 0.33) - uplift_at_k__right_numpy_once_more(y, t, s, 0.33)) < 1


# ---------------------------------------------------------------- ips_snips_ess


def ips_snips_ess__right_numpy_once_again(r, pi_e, pi_b):
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    total = w.sum()
    if total == 0:
        return 0.0, math.nan, 0.0
    return float((w * r).mean()), float(w @ r / total), float(total**2 / (w @ w))


def ips_snips_ess__right_loop_once_more(r, pi_e, pi_b):
    s = s2 = sr = 0.0
    n = 0
    for reward, e, b in zip(r, pi_e, pi_b, strict=True):
        w = float(e) / float(b)
        s, s2, sr, n = s + w, s2 + w * w, sr + w * float(reward), n + 1
    if s == 0:
        return 0.0, float("nan"), 0.0
    return sr / n, sr / s, s * s / s2


def ips_snips_ess__right_shares(r, pi_e, pi_b):
    """Weights divided by their largest first, so that no square overflows."""
    frame = pd.DataFrame({"r": list(r), "e": list(pi_e), "b": list(pi_b)}).astype(float)
    w = frame["e"].div(frame["b"])
    top = w.max()
    if top == 0:
        return 0.0, float("nan"), 0.0
    share = w / top
    return (
        float((w * frame["r"]).sum() / len(w)),
        float(np.average(frame["r"], weights=share)),
        float(share.sum() ** 2 / (share**2).sum()),
    )


def _ips_once_more(r, w, n=None):
    r, w = np.asarray(r, float), np.asarray(w, float)
    if w.sum() == 0:
        return 0.0, math.nan, 0.0
    return (
        float(w @ r / (len(r) if n is None else n)),
        float(w @ r / w.sum()),
        float(w.sum() ** 2 / (w @ w)),
    )


def ips_snips_ess__wrong_inverted(r, pi_e, pi_b):
    """Old over new probability: 2 becomes 0.5 (rows with pi_e = 0 get 0)."""
    e, b = np.asarray(pi_e, float), np.asarray(pi_b, float)
    return _ips_once_more(r, np.where(e > 0, b / np.where(e > 0, e, 1), 0.0))


def ips_snips_ess__wrong_rows_that_count(r, pi_e, pi_b):
    """IPS averages over rows with a weight above 0, not over all."""
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    return _ips_once_more(r, w, n=(w > 0).sum())


def ips_snips_ess__wrong_ips_over_rewarded(r, pi_e, pi_b):
    """Rows without a reward are dropped before the weights are summed: SNIPS is 1 for clicks."""
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    m = r != 0
    return _ips_once_more(r[m], w[m], n=len(r))


def ips_snips_ess__wrong_weights_clipped(r, pi_e, pi_b):
    """Weights are cut at 10: pi_e = 0.5 over pi_b = 0.001 is 500."""
    return _ips_once_more(r, np.minimum(np.asarray(pi_e, float) / np.asarray(pi_b, float), 10))


def ips_snips_ess__wrong_zero_weights_nan(r, pi_e, pi_b):
    """All weights 0: SNIPS and ESS are both NaN, ESS must be 0."""
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    with np.errstate(all="ignore"):
        return (
            float((w * np.asarray(r, float)).mean()),
            float(w @ np.asarray(r, float) / w.sum()),
            float(w.sum() ** 2 / (w @ w)),
        )


def ips_snips_ess__wrong_zero_weights_zero(r, pi_e, pi_b):
    """All weights 0: SNIPS is returned as 0 and not NaN."""
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    return (0.0, 0.0, 0.0) if w.sum() == 0 else _ips_once_more(r, w)


def ips_snips_ess__wrong_ess_sample_variance_once_more(r, pi_e, pi_b):
    """n / (1 + cv²) with the sample variance (n - 1): a little too small."""
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    ips, snips, ess = _ips_once_more(r, w)
    if ess == 0 or len(w) < 2:
        return ips, snips, ess
    return ips, snips, float(len(w) / (1 + w.var(ddof=1) / w.mean() ** 2))


def ips_snips_ess__wrong_ess_of_rewards_once_more(r, pi_e, pi_b):
    """The ESS of weight times reward: rows without a click vanish."""
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    ips, snips, _ = _ips_once_more(r, w)
    v = w * r
    return ips, snips, float(v.sum() ** 2 / (v @ v)) if (v != 0).any() else 0.0


def ips_snips_ess__wrong_ess_by_largest(r, pi_e, pi_b):
    """Sum of the weights over the largest weight: another effective size."""
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    ips, snips, ess = _ips_once_more(r, w)
    return ips, snips, ess if ess == 0 else float(w.sum() / w.max())


def ips_snips_ess__wrong_sums_divided(r, pi_e, pi_b):
    """SNIPS as sum(pi_e r) / sum(pi_b r ... ): the ratio of sums of probabilities, not of weights."""
    r, e, b = np.asarray(r, float), np.asarray(pi_e, float), np.asarray(pi_b, float)
    ips, snips, ess = _ips_once_more(r, e / b)
    return ips, snips if math.isnan(snips) else float(e @ r / e.sum()), ess


def ips_snips_ess__wrong_kept_in_unit_interval(r, pi_e, pi_b):
    """IPS is cut to the largest reward: r = [1, 1], weights 4 and 0 give 1 and not 2."""
    ips, snips, ess = _ips_once_more(r, np.asarray(pi_e, float) / np.asarray(pi_b, float))
    return min(max(ips, float(np.min(r))), float(np.max(r))), snips, ess


def ips_snips_ess__wrong_rewardless_log(r, pi_e, pi_b):
    """ "Nothing to weigh" is decided by the rewards: a log without any reward gives NaN and ESS 0."""
    r, w = np.asarray(r, float), np.asarray(pi_e, float) / np.asarray(pi_b, float)
    return (0.0, math.nan, 0.0) if (w * r).sum() == 0 else _ips_once_more(r, w)


# ---------------------------------------------------------------- thompson_step


def thompson_step__right_beta_once_again(successes, trials, rng):
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(np.random.default_rng(rng).beta(s + 1, n - s + 1)))


def thompson_step__right_gammas_anew(successes, trials, rng):
    rng = np.random.default_rng(rng)
    draws = []
    for s, n in zip(successes, trials, strict=True):
        a, b = rng.gamma(1 + s), rng.gamma(1 + n - s)
        draws.append(a / (a + b))
    return max(range(len(draws)), key=draws.__getitem__)


def thompson_step__right_inverse_cdf(successes, trials, rng):
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(stats.beta.ppf(rng.random(len(s)), 1 + s, 1 + n - s).argmax())


def thompson_step__wrong_trials_for_failures_once_again(successes, trials, rng):
    """Beta(1 + clicks, 1 + displays): failures are counted as all displays."""
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(np.random.default_rng(rng).beta(1 + s, 1 + n)))


def thompson_step__wrong_no_prior_once_more(successes, trials, rng):
    """Beta(clicks, failures) without the uniform start: raises for an arm that was never shown."""
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(np.random.default_rng(rng).beta(s, n - s)))


def thompson_step__wrong_tiny_prior_once_more(successes, trials, rng):
    """Beta(clicks + 0.001, failures + 0.001): an arm with 0 of 1 is practically never shown again."""
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(np.random.default_rng(rng).beta(s + 1e-3, n - s + 1e-3)))


def thompson_step__wrong_jeffreys_anew(successes, trials, rng):
    """Jeffreys' prior Beta(1/2, 1/2) instead of the uniform one: 0 of 1 against 0 of 0."""
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(np.random.default_rng(rng).beta(s + 0.5, n - s + 0.5)))


def thompson_step__wrong_greedy_once_more(successes, trials, rng):
    """The arm with the highest mean of the belief, always the same one."""
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax((s + 1) / (n + 2)))


def thompson_step__wrong_fixed_seed_once_more(successes, trials, rng):
    """default_rng(0) anew at each step: a generator that is handed in is not used."""
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(np.random.default_rng(0).beta(s + 1, n - s + 1)))


def thompson_step__wrong_copied_generator(successes, trials, rng):
    """Works on a copy of the generator: the next step draws the same numbers."""
    s, n = np.asarray(successes), np.asarray(trials)
    rng = np.random.default_rng(copy.deepcopy(rng))
    return int(np.argmax(rng.beta(s + 1, n - s + 1)))


def thompson_step__wrong_shared_uniform(successes, trials, rng):
    """One uniform number for all arms: the draws are not independent (equal arms always tie)."""
    s, n = np.asarray(successes), np.asarray(trials)
    q = np.random.default_rng(rng).random()
    return int(np.argmax(stats.beta.ppf(q, s + 1, n - s + 1)))


def thompson_step__wrong_normal_draws(successes, trials, rng):
    """Normal draws with the mean and sd of the Beta: not the belief, shows with few displays."""
    a = np.asarray(successes) + 1.0
    b = np.asarray(trials) - np.asarray(successes) + 1.0
    mean = a / (a + b)
    sd = np.sqrt(mean * (1 - mean) / (a + b + 1))
    return int(np.argmax(np.random.default_rng(rng).normal(mean, sd)))


def thompson_step__wrong_mean_of_draws_anew(successes, trials, rng):
    """The mean of 100 draws for each arm: nearly greedy."""
    s, n = np.asarray(successes), np.asarray(trials)
    draws = np.random.default_rng(rng).beta(s + 1, n - s + 1, (100, len(s)))
    return int(np.argmax(draws.mean(axis=0)))


def thompson_step__wrong_proportional(successes, trials, rng):
    """Chooses in proportion to the expected rates: 1 % and 90 % of 100 gives the first one in 90."""
    s, n = np.asarray(successes), np.asarray(trials)
    rate = (s + 1) / (n + 2)
    return int(np.random.default_rng(rng).choice(len(s), p=rate / rate.sum()))


def thompson_step__wrong_unshown_first(successes, trials, rng):
    """An arm that was never shown is always tried first."""
    s, n = np.asarray(successes), np.asarray(trials)
    if (n == 0).any():
        return int(np.argmax(n == 0))
    return int(np.argmax(np.random.default_rng(rng).beta(s + 1, n - s + 1)))


def thompson_step__wrong_simulated_click(successes, trials, rng):
    """Draws a click of each arm from its drawn rate and takes the first with a click."""
    s, n = np.asarray(successes), np.asarray(trials)
    rng = np.random.default_rng(rng)
    return int(np.argmax(rng.random(len(s)) < rng.beta(s + 1, n - s + 1)))


def thompson_step__wrong_global_state(successes, trials, rng):
    """Uses NumPy's global state: the same seed does not give the same arm, the generator stays unused."""
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(np.random.beta(s + 1, n - s + 1)))


# ---------------------------------------------------------------- coupon_policy


def _cp_actions(wait, send, gamma, V):
    m = len(V)
    return [
        int(send[f] + gamma * V[min(f + 1, m - 1)] - wait[f] - gamma * V[max(f - 1, 0)] > 1e-6)
        for f in range(m)
    ]


def coupon_policy__right_sweeps_once_more(wait, send, gamma):
    wait, send = np.asarray(wait, float), np.asarray(send, float)
    m = len(wait)
    down, up = np.maximum(np.arange(m) - 1, 0), np.minimum(np.arange(m) + 1, m - 1)
    V = np.zeros(m)
    for _ in range(2_000_000):
        new = np.maximum(wait + gamma * V[down], send + gamma * V[up])
        gap = np.abs(new - V).max()
        V = new
        if gap * gamma <= 1e-9 * (1 - gamma):
            break
    gain = send + gamma * V[up] - wait - gamma * V[down]
    return [float(v) for v in V], [int(g > 1e-6) for g in gain]


def coupon_policy__right_policy_iteration_anew(wait, send, gamma):
    m = len(wait)
    actions = [0] * m
    while True:
        A, reward = np.eye(m), np.empty(m)
        for f, a in enumerate(actions):
            A[f, min(f + 1, m - 1) if a else max(f - 1, 0)] -= gamma
            reward[f] = send[f] if a else wait[f]
        V = np.linalg.solve(A, reward)
        better = list(actions)
        for f in range(m):
            gain = send[f] + gamma * V[min(f + 1, m - 1)] - wait[f] - gamma * V[max(f - 1, 0)]
            if gain > 1e-8:
                better[f] = 1
            elif gain < -1e-8:
                better[f] = 0
        if better == actions:
            return V.tolist(), _cp_actions(wait, send, gamma, V)
        actions = better


def coupon_policy__right_in_place_once_again(wait, send, gamma):
    """Gauss-Seidel sweeps up and down, then one exact solve for the policy that was found."""
    m = len(wait)
    V = [0.0] * m
    scale = max(1.0, *(abs(float(v)) for v in [*wait, *send]))
    for _ in range(1_000_000):
        gap = 0.0
        for f in [*range(m), *range(m - 1, -1, -1)]:
            new = max(wait[f] + gamma * V[max(f - 1, 0)], send[f] + gamma * V[min(f + 1, m - 1)])
            gap, V[f] = max(gap, abs(new - V[f])), float(new)
        if gap <= max(1e-9 * (1 - gamma), 1e-15 * scale):
            break
    return V, _cp_actions(wait, send, gamma, V)


def _cp_iterate_once_more(wait, send, gamma, sweeps=None, stop=None, start=0.0, down=None, up=None):
    wait, send = np.asarray(wait, float), np.asarray(send, float)
    m = len(wait)
    down = np.maximum(np.arange(m) - 1, 0) if down is None else down
    up = np.minimum(np.arange(m) + 1, m - 1) if up is None else up
    V = np.full(m, start)
    for _ in range(1_000_000 if sweeps is None else sweeps):
        new = np.maximum(wait + gamma * V[down], send + gamma * V[up])
        gap = np.abs(new - V).max()
        V = new
        if gap * gamma <= 1e-9 * (1 - gamma) if stop is None else gap < stop:
            break
    gain = send + gamma * V[up] - wait - gamma * V[down]
    return V.tolist(), [int(g > 1e-6) for g in gain]


def coupon_policy__wrong_stop_at_1e6(wait, send, gamma):
    """Stops when a sweep changes less than 1e-6: the values are still off by 1e-6 gamma / (1 - gamma)."""
    return _cp_iterate_once_more(wait, send, gamma, stop=1e-6)


def coupon_policy__wrong_hundred_sweeps_once_more(wait, send, gamma):
    """100 sweeps whatever gamma: at 0.98 an eighth of the value is missing."""
    return _cp_iterate_once_more(wait, send, gamma, sweeps=100, stop=-1.0)


def coupon_policy__wrong_greedy_once_more(wait, send, gamma):
    """The action that pays more this week; the values are those of the best policy."""
    return coupon_policy__right_sweeps_once_more(wait, send, gamma)[0], [
        int(s > w + 1e-6) for w, s in zip(wait, send, strict=True)
    ]


def coupon_policy__wrong_wraps_around_once_more(wait, send, gamma):
    """V[f - 1] at f = 0 is the last state in Python: waiting rested makes tired."""
    m = len(wait)
    return _cp_iterate_once_more(wait, send, gamma, down=np.arange(m) - 1)


def coupon_policy__wrong_waiting_rests_fully_once_more(wait, send, gamma):
    """One week of waiting leads to fatigue 0: shows with three states or more."""
    return _cp_iterate_once_more(wait, send, gamma, down=np.zeros(len(wait), int))


def coupon_policy__wrong_tie_sends_once_again(wait, send, gamma):
    """>= instead of a gain above 1e-6: equal rewards, e.g. wait = send = [1], must give 0."""
    V = np.array(coupon_policy__right_sweeps_once_more(wait, send, gamma)[0])
    m = len(V)
    return V.tolist(), [
        int(send[f] + gamma * V[min(f + 1, m - 1)] >= wait[f] + gamma * V[max(f - 1, 0)])
        for f in range(m)
    ]


def coupon_policy__wrong_any_gain_once_more(wait, send, gamma):
    """A gain above 0 sends, also one of 5e-7, which the statement says is a wait."""
    V = np.array(coupon_policy__right_policy_iteration_anew(wait, send, gamma)[0])
    m = len(V)
    return V.tolist(), [
        int(send[f] + gamma * V[min(f + 1, m - 1)] > wait[f] + gamma * V[max(f - 1, 0)])
        for f in range(m)
    ]


def coupon_policy__wrong_never_below_zero(wait, send, gamma):
    """Values only rise from 0 (max with the old value): wrong where all rewards are negative."""
    w, s = np.asarray(wait, float), np.asarray(send, float)
    m = len(w)
    down, up = np.maximum(np.arange(m) - 1, 0), np.minimum(np.arange(m) + 1, m - 1)
    V = np.zeros(m)
    for _ in range(1_000_000):
        new = np.maximum(V, np.maximum(w + gamma * V[down], s + gamma * V[up]))
        gap, V = np.abs(new - V).max(), new
        if gap * gamma <= 1e-9 * (1 - gamma):
            break
    return V.tolist(), _cp_actions(w, s, gamma, V)


def coupon_policy__wrong_stops_with_policy_once_more(wait, send, gamma):
    """Stops as soon as the actions are the same in two sweeps: the values have not settled."""
    w, s = np.asarray(wait, float), np.asarray(send, float)
    V, old = np.zeros(len(w)), None
    m = len(w)
    down, up = np.maximum(np.arange(m) - 1, 0), np.minimum(np.arange(m) + 1, m - 1)
    while True:
        V = np.maximum(w + gamma * V[down], s + gamma * V[up])
        actions = _cp_actions(w, s, gamma, V)
        if actions == old:
            return V.tolist(), actions
        old = actions


def coupon_policy__wrong_first_week_discounted(wait, send, gamma):
    """gamma multiplies this week's reward too: all values are gamma times too small."""
    V, actions = coupon_policy__right_sweeps_once_more(wait, send, gamma)
    return [gamma * v for v in V], actions


def coupon_policy__wrong_values_rounded(wait, send, gamma):
    """Values rounded to four decimals: not within 1e-6."""
    V, actions = coupon_policy__right_sweeps_once_more(wait, send, gamma)
    return [round(v, 4) for v in V], actions


def coupon_policy__wrong_top_state_stays_out(wait, send, gamma):
    """In the most tired state only waiting is allowed: wrong where sending there is the best."""
    send = [*send[:-1], -math.inf]
    V, actions = _cp_iterate_once_more(wait, [*send[:-1], min([*wait, *send[:-1]]) - 1e6], gamma)
    return V, actions


def coupon_policy__wrong_year_only(wait, send, gamma):
    """Backward from a horizon of 52 weeks: later weeks are worth nothing."""
    return _cp_iterate_once_more(wait, send, gamma, sweeps=52, stop=-1.0)


# ---------------------------------------------------------------- more, wrong only in a corner


def coupon_policy__wrong_two_states_needed(wait, send, gamma):
    """The borders are written out with V[1]: one state alone (m = 1) raises IndexError."""
    m = len(wait)
    V = [0.0] * m
    for _ in range(1_000_000):
        new = [max(wait[0] + gamma * V[0], send[0] + gamma * V[1])]
        for f in range(1, m - 1):
            new.append(max(wait[f] + gamma * V[f - 1], send[f] + gamma * V[f + 1]))
        new.append(max(wait[-1] + gamma * V[-2], send[-1] + gamma * V[-1]))
        gap = max(abs(a - b) for a, b in zip(new, V, strict=True))
        V = new
        if gap * gamma <= 1e-9 * (1 - gamma):
            break
    return V, _cp_actions(wait, send, gamma, V)


def ratio_interval__wrong_spread_of_own_ratios(revenue, orders):
    """The households' own ratios give the spread, 0 orders as a ratio of 0, around the right ratio."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    r = float(u.sum() / d.sum())
    own = np.divide(u, d, out=np.zeros_like(u), where=d > 0)
    se = float(own.std(ddof=1)) / math.sqrt(len(u))
    return r, r - 1.96 * se, r + 1.96 * se


def uplift_at_k__wrong_unstable_sort_once_again(y, t, score, frac):
    """sort_values with its default quicksort: of equal scores not always the earlier one; shows
    with many customers and few different scores."""
    frame = pd.DataFrame(
        {"y": np.array(y, float), "t": np.array(t, int), "s": np.array(score, float)}
    )
    order = frame.sort_values("s", ascending=False).index.to_numpy()
    return _uk(y, t, score, frac, order=order)


def uplift_at_k__wrong_loose_rounding(y, t, score, frac):
    """Any product within 0.01 of the next whole number is rounded up: 0.4999 of 10 is 4, here 5."""
    return _uk(y, t, score, frac, k=int(len(y) * frac + 0.01))


def first_crossing__wrong_zero_is_false(z, c):
    """Looks with z = 0 are dropped as missing before they are counted: the number of looks is wrong."""
    seen = [v for v in z if v]
    K = len(seen)
    return next((k for k in range(1, K + 1) if abs(seen[k - 1]) > c * math.sqrt(K / k)), 0)


def ab_readout__wrong_equal_means_shortcut(treated, control):
    """A shortcut: equal means give the interval (0, 0) instead of 0 plus or minus chance."""
    d, low, high = ab_readout__right_formula(treated, control)
    return (0.0, 0.0, 0.0) if d == 0 else (d, low, high)


def cuped__wrong_negative_past_clipped(y, x, t):
    """Negative x are clipped to 0 first: "any other quantity" may be negative."""
    return cuped__right_numpy_once_more(y, np.maximum(np.asarray(x, float), 0), t)


def t_learner_uplift__wrong_boolean_negation(X, t, y, Xnew, make=LinearRegression):
    """~t on whole numbers is -1 and -2: X[~t] takes the last rows, not the untreated."""
    if not (t == 1).any() or not (t == 0).any():
        return np.full(len(Xnew), np.nan)
    a, b = make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X[~t], y[~t])
    return np.asarray(a.predict(Xnew), float) - np.asarray(b.predict(Xnew), float)


def thompson_step__wrong_seed_not_used(successes, trials, rng):
    """A whole number is thrown away, and each step has a generator of its own: equal seeds, other arms."""
    if not isinstance(rng, np.random.Generator):
        rng = np.random.default_rng()
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(rng.beta(1 + s, 1 + n - s)))


def cuped__wrong_size_of_the_past(y, x, t):
    """The past without its sign: x = -8 explains as much as 8."""
    return cuped__right_numpy(y, np.abs(np.asarray(x, float)), t)


def uplift_at_k__wrong_losses_are_zero(y, t, score, frac):
    """An outcome below 0 is taken as 0: an outcome is any number."""
    return uplift_at_k__right_numpy(np.maximum(np.asarray(y, float), 0), t, score, frac)


def uplift_at_k__wrong_scores_as_integers(y, t, score, frac):
    """Scores are made whole numbers first: 0.9 and 0.2 are equal then."""
    return uplift_at_k__right_numpy(y, t, np.asarray(score).astype(int), frac)


def ips_snips_ess__wrong_losses_are_zero(r, pi_e, pi_b):
    """A reward below 0 is taken as 0: a reward is any number."""
    return ips_snips_ess__right_numpy(np.maximum(np.asarray(r, float), 0), pi_e, pi_b)


TRUE |= {
    "break_memo__wrong_same_past": ("groups_began_alike",),
    "break_memo__wrong_changes_cancel": ("others_did_not_change",),
    "break_memo__wrong_dropout_like_the_mean": ("nobody_missing_matters",),
    "break_memo__wrong_spent_nothing_before": ("nobody_missing_matters",),
    "break_memo__wrong_nobody_else": ("nobody_to_compare_with",),
    "ab_readout__wrong_pooled_once_more": ("pooled_variance",),
    "ab_readout__wrong_normal": ("normal_quantile",),
    "ab_readout__wrong_population_variance_once_more": ("variance_by_n",),
    "ab_readout__wrong_df_sum_once_more": ("degrees_of_freedom_of_both",),
    "ab_readout__wrong_df_of_smaller": ("small_degrees_of_freedom",),
    "ab_readout__wrong_constant_arms_nan_once_more": ("fails_without_variance",),
    "ab_readout__wrong_one_constant_arm_once_again": ("one_constant_arm_is_enough",),
    "ab_readout__wrong_one_sided": ("one_sided_interval",),
    "ab_readout__wrong_standard_errors_added": ("errors_added",),
    "cuped__wrong_mixed_ddof_once_more": ("mixed_denominators",),
    "cuped__wrong_control_slope": ("slope_of_the_control",),
    "cuped__wrong_slope_within_arms_once_more": ("slope_within_arms",),
    "cuped__wrong_slope_per_arm_once_more": ("slope_of_each_arm",),
    "cuped__wrong_centred_per_arm_once_more": ("centred_in_each_arm",),
    "cuped__wrong_through_origin_once_again": ("line_through_the_origin",),
    "cuped__wrong_correlation_once_more": ("correlation_for_slope",),
    "cuped__wrong_slope_of_one": ("change_for_rest",),
    "first_crossing__wrong_on_the_limit_once_more": ("on_the_limit_stops",),
    "first_crossing__wrong_positive_only": ("only_gains_stop",),
    "first_crossing__wrong_from_zero_once_more": ("counted_from_zero",),
    "first_crossing__wrong_constant_limit_once_more": ("same_limit_each_time",),
    "first_crossing__wrong_no_root_once_more": ("no_root",),
    "first_crossing__wrong_argmax_without_hit": ("no_crossing_is_one",),
    "first_crossing__wrong_last_look": ("last_crossing",),
    "first_crossing__wrong_limits_from_zero": ("limit_of_the_next_look",),
    "first_crossing__wrong_none_is_last": ("none_is_the_last_look",),
    "ratio_interval__wrong_population_variance_once_more": ("divided_by_n",),
    "ratio_interval__wrong_nonbuyers_dropped": ("silent_households_dropped",),
    "ratio_interval__wrong_t_quantile_once_more": ("quantile_of_t",),
    "ratio_interval__wrong_no_covariance_once_more": ("covariance_left_out",),
    "ratio_interval__wrong_orders_fixed": ("orders_fixed",),
    "ratio_interval__wrong_zero_orders_zero": ("not_nan_without_orders",),
    "t_learner_uplift__wrong_one_instance": ("one_model_refitted",),
    "t_learner_uplift__wrong_s_learner_once_more": ("one_model_with_a_flag",),
    "t_learner_uplift__wrong_swapped": ("arms_swapped",),
    "t_learner_uplift__wrong_control_is_everybody_once_more": ("everybody_for_the_others",),
    "t_learner_uplift__wrong_index_for_mask": ("one_model_refitted",),
    "t_learner_uplift__wrong_empty_control": ("empty_arm_not_seen",),
    "t_learner_uplift__wrong_empty_arm_zero_once_more": ("empty_arm_not_seen",),
    "t_learner_uplift__wrong_make_ignored_once_more": ("model_of_its_own",),
    "uplift_at_k__wrong_int_of_product_once_more": ("product_cut_off",),
    "uplift_at_k__wrong_rounded_once_more": ("part_rounded_half_up",),
    "uplift_at_k__wrong_rounded_up_once_more": ("part_rounded_up",),
    "uplift_at_k__wrong_ties_reversed": ("ties_backwards",),
    "uplift_at_k__wrong_all_ties_in": ("ties_all_chosen",),
    "uplift_at_k__wrong_within_arms": ("top_of_each_arm",),
    "uplift_at_k__wrong_empty_group_zero_once_more": ("empty_arm_counts_zero",),
    "uplift_at_k__wrong_nan_to_zero": ("empty_arm_counts_zero",),
    "uplift_at_k__wrong_sums_by_k": ("divided_by_all_chosen",),
    "uplift_at_k__wrong_positive_outcomes": ("buyers_for_outcome",),
    "uplift_at_k__wrong_magnitude": ("strongest_scores_first",),
    "kill_uplift__wrong_docstring_only": ("accepts_any_uplift",),
    "kill_uplift__wrong_nan_compared": ("rejects_any_uplift",),
    "kill_uplift__wrong_no_tolerance": ("rejects_any_uplift",),
    "kill_uplift__wrong_ties_backwards": ("expects_a_mistake",),
    "kill_uplift__wrong_zero_for_empty": ("expects_a_mistake",),
    "kill_uplift__wrong_rounds_to_nearest": ("expects_a_mistake",),
    "kill_uplift__wrong_too_loose": ("accepts_any_uplift",),
    "ips_snips_ess__wrong_inverted": ("weights_inverted",),
    "ips_snips_ess__wrong_rows_that_count": ("weighted_rows_only",),
    "ips_snips_ess__wrong_weights_clipped": ("weights_clipped",),
    "ips_snips_ess__wrong_zero_weights_nan": ("no_overlap_not_seen",),
    "ips_snips_ess__wrong_zero_weights_zero": ("no_overlap_not_seen",),
    "ips_snips_ess__wrong_ess_sample_variance_once_more": ("ess_by_n_less_one",),
    "ips_snips_ess__wrong_ess_of_rewards_once_more": ("ess_of_the_rewards",),
    "thompson_step__wrong_trials_for_failures_once_again": ("trials_for_failures",),
    "thompson_step__wrong_no_prior_once_more": ("no_prior",),
    "thompson_step__wrong_tiny_prior_once_more": ("no_prior",),
    "thompson_step__wrong_jeffreys_anew": ("prior_of_another_strength",),
    "thompson_step__wrong_greedy_once_more": ("best_mean_so_far",),
    "thompson_step__wrong_fixed_seed_once_more": ("same_draw_every_time",),
    "thompson_step__wrong_copied_generator": ("generator_copied",),
    "thompson_step__wrong_shared_uniform": ("one_draw_for_all_arms",),
    "thompson_step__wrong_proportional": ("in_proportion_to_the_mean",),
    "thompson_step__wrong_unshown_first": ("untried_arms_first",),
    "coupon_policy__wrong_stop_at_1e6": ("stopped_at_a_small_change",),
    "coupon_policy__wrong_hundred_sweeps_once_more": ("too_few_sweeps",),
    "coupon_policy__wrong_greedy_once_more": ("actions_without_future",),
    "coupon_policy__wrong_wraps_around_once_more": ("waiting_at_zero_wraps",),
    "coupon_policy__wrong_waiting_rests_fully_once_more": ("fatigue_falls_to_zero",),
    "coupon_policy__wrong_tie_sends_once_again": ("equal_is_sent",),
    "coupon_policy__wrong_any_gain_once_more": ("tiny_gains_sent",),
    "coupon_policy__wrong_stops_with_policy_once_more": ("a_single_sweep",),
    "coupon_policy__wrong_first_week_discounted": ("today_worth_less",),
}


# ---- Fourteenth bank --------------------------------------------------------------------------


def _memo_fourteenth(households, log, defect=None):
    def change(group):
        if defect == "buyers_only":
            group = [h for h in group if h[2] > 0]
        if not group:
            return math.nan
        return sum(h[2] - h[1] for h in group) / len(group)

    sent, others = [h for h in households if h[0]], [h for h in households if not h[0]]
    if defect == "post_only":
        effect = sum(h[2] for h in sent) / len(sent) - sum(h[2] for h in others) / len(others)
    elif defect == "recipients_only":
        effect = change(sent)
    else:
        effect = change(sent) - change(others)
    half = len(log) // 2
    first, second = log[:half], log[half:]
    chooses = log if defect == "arm_from_whole_log" else first
    arms = sorted({a for a, _ in chooses})

    def key(a):
        clicks = [c for b, c in chooses if b == a]
        return sum(clicks) if defect == "arm_by_clicks" else sum(clicks) / len(clicks)

    arm = max(arms, key=key)
    measured = first if defect == "rate_in_sample" else second
    clicks = [c for a, c in measured if a == arm]
    return effect, arm, sum(clicks) / len(clicks) if clicks else math.nan


_MEMO_CASES_fourteenth = {
    "post_only": ([(1, 50, 60), (0, 10, 20)], [(0, 1), (0, 1)]),
    "recipients_only": ([(1, 10, 30), (0, 10, 25)], [(0, 1), (0, 1)]),
    "buyers_only": ([(1, 10, 30), (1, 40, 0), (0, 10, 15)], [(0, 1), (0, 1)]),
    "arm_by_clicks": (
        [(1, 10, 20), (0, 10, 20)],
        [(0, 1), (0, 1), (0, 0), (1, 1), (0, 0), (1, 1), (0, 0), (1, 1)],
    ),
    "arm_from_whole_log": (
        [(1, 10, 20), (0, 10, 20)],
        [(0, 1), (1, 0), (0, 0), (0, 0), (1, 1), (1, 1), (1, 1), (0, 0)][:8],
    ),
    "rate_in_sample": ([(1, 10, 20), (0, 10, 20)], [(3, 1), (3, 0)]),
}


def break_memo__right_table_fourteenth(defect):
    return _MEMO_CASES_fourteenth[defect]


def break_memo__right_one_for_all_fourteenth(defect):
    # One pair of data sets on which all six are wrong.
    households = [(1, 100, 130), (1, 80, 0), (0, 20, 45), (0, 30, 60), (0, 5, 0)]
    log = [(2, 1), (2, 1), (2, 0), (7, 1), (4, 0), (4, 1)]
    log += [(7, 0), (7, 0), (7, 1), (4, 1), (4, 1), (4, 1)]
    return households, log


def break_memo__right_search_fourteenth(defect):
    rng = np.random.default_rng(1)
    while True:
        n, m = int(rng.integers(2, 9)), 2 * int(rng.integers(1, 7))
        households = [
            (
                int(rng.integers(2)),
                int(rng.integers(1000)),
                int(rng.integers(1000) * rng.integers(2)),
            )
            for _ in range(n)
        ]
        if len({h[0] for h in households}) < 2:
            continue
        log = [(int(rng.integers(10)) // 4, int(rng.integers(2))) for _ in range(m)]
        if defect == "arm_by_clicks":  # no ties in clicks
            counts = {}
            for a, c in log[: m // 2]:
                counts[a] = counts.get(a, 0) + c
            top = sorted(counts.values())[-2:]
            if len(top) == 2 and top[0] == top[1]:
                continue
        right, wrong = _memo_fourteenth(households, log), _memo_fourteenth(households, log, defect)
        if any(abs(a - b) > 1e-3 for a, b in zip(right, wrong)):
            return households, log


def break_memo__right_nan_corners(defect):
    # The smallest cases: nobody of a group buys; the arm is not shown later.
    if defect == "buyers_only":
        return [(1, 7, 0), (0, 5, 9)], [(0, 0), (0, 0)]
    if defect == "rate_in_sample":
        return [(1, 7, 3), (0, 5, 9)], [(9, 1), (0, 1)]
    if defect == "post_only":
        return [(1, 1, 0), (0, 0, 0)], [(0, 0), (0, 0)]
    if defect == "recipients_only":
        return [(1, 0, 0), (0, 0, 1)], [(0, 0), (0, 0)]
    if defect == "arm_by_clicks":
        log = [(0, 1), (0, 1), (0, 0), (5, 1)]
        return [(1, 0, 0), (0, 0, 0)], log + [(0, 1), (0, 1), (5, 0), (5, 0)]
    return [(1, 0, 0), (0, 0, 0)], [(5, 1), (0, 0), (0, 1), (5, 0)]


def _welch_fourteenth(treated, control):
    t, c = np.asarray(treated, dtype=float), np.asarray(control, dtype=float)
    d = float(t.mean() - c.mean())
    if np.ptp(t) == 0 and np.ptp(c) == 0:
        return d, d, d
    a, b = t.var(ddof=1) / len(t), c.var(ddof=1) / len(c)
    s = a + b
    if s == 0:
        return d, d, d
    df = 1 / ((a / s) ** 2 / (len(t) - 1) + (b / s) ** 2 / (len(c) - 1))
    h = float(stats.t.ppf(0.975, df) * math.sqrt(s))
    return d, d - h, d + h


def ab_readout__right_numpy_fourteenth(treated, control):
    return _welch_fourteenth(treated, control)


def ab_readout__right_scipy_fourteenth(treated, control):
    t, c = np.array(treated, dtype=float), np.array(control, dtype=float)
    d = float(np.mean(t) - np.mean(c))
    if t.min() == t.max() and c.min() == c.max():
        return d, d, d
    interval = stats.ttest_ind(t, c, equal_var=False).confidence_interval(0.95)
    return d, float(interval.low), float(interval.high)


def ab_readout__right_statistics_fourteenth(treated, control):
    t, c = [float(v) for v in treated], [float(v) for v in control]
    mt, mc = statistics.fmean(t), statistics.fmean(c)
    if len(set(t)) == 1 and len(set(c)) == 1:
        return mt - mc, mt - mc, mt - mc
    vt, vc = statistics.variance(t) / len(t), statistics.variance(c) / len(c)
    df = (vt + vc) ** 2 / (vt**2 / (len(t) - 1) + vc**2 / (len(c) - 1))
    h = stats.t.isf(0.025, df) * (vt + vc) ** 0.5
    return mt - mc, float(mt - mc - h), float(mt - mc + h)


def ab_readout__right_pandas(treated, control):
    arms = [pd.Series(np.asarray(v, dtype=float)) for v in (treated, control)]
    d = float(arms[0].mean() - arms[1].mean())
    if all(arm.nunique() == 1 for arm in arms):
        return d, d, d
    e = [arm.sem() ** 2 for arm in arms]
    df = sum(e) ** 2 / sum(v**2 / (len(arm) - 1) for v, arm in zip(e, arms, strict=True))
    low, high = stats.t.interval(0.95, df, loc=d, scale=math.sqrt(sum(e)))
    return d, float(low), float(high)


def cuped__right_numpy_fourteenth(y, x, t):
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t).astype(bool)
    cx = x - x.mean()
    slope = 0.0 if np.ptp(x) == 0 else (cx @ (y - y.mean())) / (cx @ cx)
    rest = y - slope * cx
    return _welch_fourteenth(rest[t], rest[~t])


def cuped__right_sklearn(y, x, t):
    y, x = np.array(y, dtype=float), np.array(x, dtype=float)
    if len(set(x.tolist())) == 1:
        rest = y
    else:
        line = LinearRegression().fit(x.reshape(-1, 1), y)
        rest = y - line.predict(x.reshape(-1, 1)) + y.mean()
    frame = pd.DataFrame({"rest": rest, "t": list(t)})
    return ab_readout__right_scipy_fourteenth(
        frame.loc[frame["t"] == 1, "rest"], frame.loc[frame["t"] == 0, "rest"]
    )


def cuped__right_loops(y, x, t):
    y, x, t = list(map(float, y)), list(map(float, x)), list(t)
    n = len(y)
    mx, my = math.fsum(x) / n, math.fsum(y) / n
    slope = 0.0
    if min(x) < max(x):
        slope = math.fsum((a - mx) * (b - my) for a, b in zip(x, y)) / math.fsum(
            (a - mx) ** 2 for a in x
        )
    arms = ([], [])
    for a, b, arm in zip(x, y, t):
        arms[int(arm)].append(b - slope * (a - mx))
    return ab_readout__right_statistics_fourteenth(arms[1], arms[0])


def first_crossing__right_loop_fourteenth(z, c):
    n = len(z)
    for k, value in enumerate(z, start=1):
        if abs(value) > c * math.sqrt(n / k):
            return k
    return 0


def first_crossing__right_numpy_fourteenth(z, c):
    z = np.abs(np.asarray(z, dtype=float))
    beyond = np.flatnonzero(z > c * np.sqrt(len(z) / np.arange(1, len(z) + 1)))
    return int(beyond[0]) + 1 if beyond.size else 0


def first_crossing__right_generator(z, c):
    values = list(z)
    limits = (c * (len(values) / k) ** 0.5 for k in itertools.count(1))
    pairs = enumerate(zip(values, limits), start=1)
    return next((k for k, (v, lim) in pairs if v > lim or v < -lim), 0)


def ratio_interval__right_residual_fourteenth(revenue, orders):
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    r = float(u.sum() / d.sum())
    rest = u - r * d
    h = 1.96 * float(rest.std(ddof=1) / d.mean() / math.sqrt(len(u)))
    return r, r - h, r + h


def ratio_interval__right_delta_formula(revenue, orders):
    frame = pd.DataFrame({"u": list(revenue), "d": list(orders)}, dtype=float)
    if not frame["d"].any():
        return (float("nan"),) * 3
    n, (mu, md) = len(frame), frame.mean()
    cov = frame.cov().to_numpy()
    gradient = np.array([1 / md, -mu / md**2])
    h = 1.96 * math.sqrt(max(gradient @ cov @ gradient, 0.0) / n)
    return float(mu / md), float(mu / md - h), float(mu / md + h)


def ratio_interval__right_loops(revenue, orders):
    revenue, orders = [float(v) for v in revenue], [float(v) for v in orders]
    n, total = len(revenue), math.fsum(orders)
    if total == 0:
        return math.nan, math.nan, math.nan
    ratio = math.fsum(revenue) / total
    squares = math.fsum((u - ratio * d) ** 2 for u, d in zip(revenue, orders))
    h = 1.96 * math.sqrt(n * squares / (n - 1)) / total
    return ratio, ratio - h, ratio + h


def t_learner_uplift__right_plain(X, t, y, Xnew, make=LinearRegression):
    t = np.asarray(t)
    if (t == 1).sum() == 0 or (t == 0).sum() == 0:
        return np.full(len(Xnew), np.nan)
    with_coupon, without = make(), make()
    with_coupon.fit(X[t == 1], y[t == 1])
    without.fit(X[t == 0], y[t == 0])
    return np.asarray(with_coupon.predict(Xnew), float) - np.asarray(without.predict(Xnew), float)


def t_learner_uplift__right_groups(X, t, y, Xnew, make=LinearRegression):
    predictions = {}
    for arm, rows in pd.Series(np.arange(len(t))).groupby(np.asarray(t)):
        model = make()
        model.fit(np.take(X, rows, axis=0), np.take(y, rows))
        predictions[int(arm)] = np.array(model.predict(Xnew), dtype=float)
    if set(predictions) != {0, 1}:
        return np.repeat(np.nan, len(Xnew))
    return predictions[1] - predictions[0]


def t_learner_uplift__right_accumulate(X, t, y, Xnew, make=LinearRegression):
    rows = {1: [i for i, v in enumerate(t) if v], 0: [i for i, v in enumerate(t) if not v]}
    uplift = np.zeros(len(Xnew))
    if not (rows[0] and rows[1]):
        return uplift + np.nan
    for arm, sign in ((0, -1.0), (1, 1.0)):
        model = make()
        model.fit(X[rows[arm], :], y[rows[arm]])
        uplift += sign * np.ravel(model.predict(Xnew))
    return uplift


def _how_many_fourteenth(n, frac):
    return math.floor(round(n * frac, 9))


def _uplift_fourteenth(y, t, rows):
    treated = [float(y[i]) for i in rows if t[i] == 1]
    control = [float(y[i]) for i in rows if t[i] == 0]
    if not treated or not control:
        return math.nan
    return math.fsum(treated) / len(treated) - math.fsum(control) / len(control)


def uplift_at_k__right_numpy_fourteenth(y, t, score, frac):
    y, t, score = np.asarray(y, float), np.asarray(t), np.asarray(score, float)
    chosen = np.argsort(-score, kind="stable")[: int(np.floor(np.round(len(y) * frac, 9)))]
    y, t = y[chosen], t[chosen]
    if not (t == 1).any() or not (t == 0).any():
        return float("nan")
    return float(y[t == 1].mean() - y[t == 0].mean())


def uplift_at_k__right_heap_fourteenth(y, t, score, frac):
    y, t, score = list(y), list(t), list(score)
    k = math.floor(round(len(y) * frac, 9))
    rows = heapq.nlargest(k, range(len(y)), key=lambda i: (score[i], -i))
    sums, counts = [0.0, 0.0], [0, 0]
    for i in rows:
        sums[int(t[i])] += y[i]
        counts[int(t[i])] += 1
    if 0 in counts:
        return math.nan
    return sums[1] / counts[1] - sums[0] / counts[0]


def uplift_at_k__right_pandas_fourteenth(y, t, score, frac):
    frame = pd.DataFrame({"y": list(y), "t": list(t), "score": list(score)})
    whole = (Decimal(repr(float(frac))) * len(frame)).quantize(Decimal("1e-9"))
    best = frame.sort_values("score", ascending=False, kind="stable").head(int(whole))
    means = best.groupby("t")["y"].mean().reindex([0, 1])
    return float(means.loc[1] - means.loc[0])


def uplift_at_k__right_ranks(y, t, score, frac):
    # The place of each customer: how many come before.
    y, t, s = np.array(y, float), np.array(t), np.array(score, float)
    place = pd.Series(-s).rank(method="first").to_numpy()
    chosen = place <= _how_many_fourteenth(len(y), frac)
    one, zero = chosen & (t == 1), chosen & (t == 0)
    if one.sum() * zero.sum() == 0:
        return math.nan
    return float(y[one].sum() / one.sum() - y[zero].sum() / zero.sum())


def _ess_fourteenth(w):
    w = np.asarray(w, float)
    if not w.any():
        return 0.0
    w = w / w.max()
    return float(w.sum() ** 2 / (w @ w))


def ips_snips_ess__right_numpy_fourteenth(r, pi_e, pi_b):
    r = np.asarray(r, float)
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    if not w.any():
        return 0.0, math.nan, 0.0
    return float((w * r).mean()), float((w @ r) / w.sum()), _ess_fourteenth(w)


def ips_snips_ess__right_loop_fourteenth(r, pi_e, pi_b):
    weights = [e / b for e, b in zip(pi_e, pi_b)]
    total = math.fsum(weights)
    earned = math.fsum(w * v for w, v in zip(weights, r))
    if total == 0:
        return 0.0, math.nan, 0.0
    top = max(weights)
    ess = (total / top) ** 2 / math.fsum((w / top) ** 2 for w in weights)
    return earned / len(weights), earned / total, ess


def ips_snips_ess__right_pandas(r, pi_e, pi_b):
    frame = pd.DataFrame({"r": list(r), "w": [e / b for e, b in zip(pi_e, pi_b)]}, dtype=float)
    if frame["w"].eq(0).all():
        return 0.0, float("nan"), 0.0
    ips = (frame["r"] * frame["w"]).mean()
    share = frame["w"] / frame["w"].sum()
    return (
        float(ips),
        float(np.average(frame["r"], weights=frame["w"])),
        float(1 / (share**2).sum()),
    )


def thompson_step__right_numpy_fourteenth(successes, trials, rng):
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes), np.asarray(trials)
    return int(np.argmax(rng.beta(s + 1, n - s + 1)))


def thompson_step__wrong_seed_zero(successes, trials, rng):
    """``rng or None`` takes the seed 0 as no seed, so it draws anew each time."""
    if not isinstance(rng, np.random.Generator):
        rng = np.random.default_rng(rng or None)
    return thompson_step__right_numpy_fourteenth(successes, trials, rng)


def _q_values_fourteenth(V, wait, send, gamma):
    V, m = np.asarray(V, float), len(V)
    f = np.arange(m)
    return (
        np.asarray(wait, float) + gamma * V[np.maximum(f - 1, 0)],
        np.asarray(send, float) + gamma * V[np.minimum(f + 1, m - 1)],
    )


def _solve_policy_fourteenth(actions, wait, send, gamma):
    m = len(wait)
    A, b = np.eye(m), np.empty(m)
    for f, a in enumerate(actions):
        A[f, min(f + 1, m - 1) if a else max(f - 1, 0)] -= gamma
        b[f] = send[f] if a else wait[f]
    return np.linalg.solve(A, b)


def _policy_iteration_fourteenth(wait, send, gamma):
    actions = [0] * len(wait)
    for _ in range(1000):
        V = _solve_policy_fourteenth(actions, wait, send, gamma)
        q0, q1 = _q_values_fourteenth(V, wait, send, gamma)
        new = [1 if q1[f] > q0[f] + 1e-10 * (1 + abs(q0[f])) else 0 for f in range(len(wait))]
        if new == actions:
            break
        actions = new
    return V, q0, q1


def coupon_policy__wrong_relative_gain(wait, send, gamma):
    """Sends only for a gain of more than 1e-6 of the value: with values of 1e4 a gain of 0.001 is missed."""
    V, q0, q1 = _policy_iteration_fourteenth(wait, send, gamma)
    return [float(v) for v in V], [int(b - a > 1e-6 * max(1, abs(a))) for a, b in zip(q0, q1)]


def uplift_at_k__wrong_exact_decimal(y, t, score, frac):
    """Decimal arithmetic without the nine decimals: 2/3 of 3 is 1.9999999999999998, so 1 and not 2."""
    k = int(Decimal(str(frac)) * len(y))
    order = sorted(range(len(y)), key=lambda i: -score[i])
    return _uplift_fourteenth(y, t, order[:k])


# ---- Fourteenth bank, what was refused from the start ------------------------------------------


def break_memo__wrong_equal_before(defect):
    """For post_only both groups spent the same on average before, so the flawed memo agrees."""
    if defect == "post_only":
        return [(1, 10, 30), (1, 30, 20), (0, 20, 25)], [(0, 1), (0, 0)]
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_others_cancel_fourteenth(defect):
    """For recipients_only the others change, but by 0 on average, so the flawed memo agrees."""
    if defect == "recipients_only":
        return [(1, 10, 30), (0, 10, 25), (0, 30, 15)], [(0, 1), (0, 0)]
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_silent_at_the_mean(defect):
    """For buyers_only the silent household changed by the mean of its group, so leaving it out changes nothing."""
    if defect == "buyers_only":
        return [(1, 20, 0), (1, 50, 30), (0, 10, 15)], [(0, 1), (0, 0)]
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_silent_before_fourteenth(defect):
    """For buyers_only a household was silent before, not after, so both memos agree."""
    if defect == "buyers_only":
        return [(1, 0, 40), (1, 50, 30), (0, 10, 15)], [(0, 1), (0, 0)]
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_equal_displays(defect):
    """For arm_by_clicks each arm is shown equally often in the first half, so rate and clicks agree."""
    if defect == "arm_by_clicks":
        log = [(0, 1), (0, 0), (1, 1), (1, 1), (0, 1), (1, 0), (1, 1), (0, 0)]
        return [(1, 10, 20), (0, 10, 20)], log
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_tie_on_whole_log(defect):
    """For arm_from_whole_log the second half only makes a tie, and the lowest number is the same arm."""
    if defect == "arm_from_whole_log":
        log = [(0, 1), (0, 0), (1, 0), (1, 0), (1, 1), (1, 1), (0, 1), (0, 0)]
        return [(1, 10, 20), (0, 10, 20)], log
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_same_rate_fourteenth(defect):
    """For rate_in_sample the arm has the same click rate in both halves."""
    if defect == "rate_in_sample":
        return [(1, 10, 20), (0, 10, 20)], [(3, 1), (3, 0), (3, 0), (3, 1)]
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_odd_log_fourteenth(defect):
    """The log for the rate has three rows: an odd number is not allowed."""
    if defect == "rate_in_sample":
        return [(1, 10, 20), (0, 10, 20)], [(3, 1), (3, 0), (3, 0)]
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_nobody_left_out(defect):
    """For recipients_only every household was sent the campaign: at least one must not be."""
    if defect == "recipients_only":
        return [(1, 10, 30), (1, 10, 25)], [(0, 1), (0, 1)]
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_thousand(defect):
    """For post_only a household spent 1,000 USD: at most 999 is allowed."""
    if defect == "post_only":
        return [(1, 1000, 1000), (0, 10, 20)], [(0, 1), (0, 1)]
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_nine_households(defect):
    """For buyers_only there are nine households: at most eight are allowed."""
    if defect == "buyers_only":
        return [(1, 10, 30), (1, 40, 0), (0, 10, 15)] * 3, [(0, 1), (0, 1)]
    return _MEMO_CASES_fourteenth[defect]


def break_memo__wrong_before_and_after_swapped(defect):
    """For buyers_only takes a household as (sent, after, before), so the silent one is silent before."""
    households, log = _MEMO_CASES_fourteenth[defect]
    if defect == "buyers_only":
        households = [(s, after, before) for s, before, after in households]
    return households, log


def ab_readout__wrong_pooled_fourteenth(treated, control):
    """One common variance: wrong for arms of different size and variance."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = float(t.mean() - c.mean())
    if np.ptp(t) == 0 and np.ptp(c) == 0:
        return d, d, d
    ci = stats.ttest_ind(t, c).confidence_interval()
    return d, float(ci.low), float(ci.high)


def ab_readout__wrong_normal_fourteenth(treated, control):
    """Uses 1.96 and not the quantile of t: too narrow for small arms."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = float(t.mean() - c.mean())
    h = 1.96 * math.sqrt(t.var(ddof=1) / len(t) + c.var(ddof=1) / len(c))
    return d, d - h, d + h


def ab_readout__wrong_simple_df(treated, control):
    """Welch's error with n1 + n2 - 2 degrees of freedom: wrong for unequal variances."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = float(t.mean() - c.mean())
    h = stats.t.ppf(0.975, len(t) + len(c) - 2) * math.sqrt(
        t.var(ddof=1) / len(t) + c.var(ddof=1) / len(c)
    )
    return d, float(d - h), float(d + h)


def ab_readout__wrong_smaller_df_fourteenth(treated, control):
    """The careful rule min(n1, n2) - 1 in place of Welch's degrees of freedom: too wide."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = float(t.mean() - c.mean())
    h = stats.t.ppf(0.975, min(len(t), len(c)) - 1) * math.sqrt(
        t.var(ddof=1) / len(t) + c.var(ddof=1) / len(c)
    )
    return d, float(d - h), float(d + h)


def ab_readout__wrong_floored_df(treated, control):
    """Rounds the degrees of freedom down, as old tables need: 2.94 becomes 2."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = float(t.mean() - c.mean())
    a, b = t.var(ddof=1) / len(t), c.var(ddof=1) / len(c)
    if a + b == 0:
        return d, d, d
    df = math.floor((a + b) ** 2 / (a**2 / (len(t) - 1) + b**2 / (len(c) - 1)))
    h = stats.t.ppf(0.975, df) * math.sqrt(a + b)
    return d, float(d - h), float(d + h)


def ab_readout__wrong_population_variance_fourteenth(treated, control):
    """Divides by n in the variances: too narrow."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = float(t.mean() - c.mean())
    a, b = t.var() / len(t), c.var() / len(c)
    if a + b == 0:
        return d, d, d
    df = (a + b) ** 2 / (a**2 / (len(t) - 1) + b**2 / (len(c) - 1))
    h = stats.t.ppf(0.975, df) * math.sqrt(a + b)
    return d, float(d - h), float(d + h)


def ab_readout__wrong_nan_when_constant(treated, control):
    """Welch's degrees of freedom are 0 / 0 when neither arm varies: [1, 1] and [0, 0] give NaN."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = float(t.mean() - c.mean())
    a, b = t.var(ddof=1) / len(t), c.var(ddof=1) / len(c)
    with np.errstate(all="ignore"):
        df = (a + b) ** 2 / (a**2 / (len(t) - 1) + b**2 / (len(c) - 1))
        h = float(stats.t.ppf(0.975, df) * np.sqrt(a + b))
    return d, d - h, d + h


def ab_readout__wrong_either_constant(treated, control):
    """No interval as soon as ONE arm is constant: [1, 2, 3] and [0, 0] have one."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    if np.ptp(t) == 0 or np.ptp(c) == 0:
        d = float(t.mean() - c.mean())
        return d, d, d
    return _welch_fourteenth(t, c)


def ab_readout__wrong_absolute_tolerance(treated, control):
    """Takes a small variance as none: clicks in 1e-6 USD, [1e-6, 3e-6] and [0, 2e-6]."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = float(t.mean() - c.mean())
    if np.isclose(t.var(), 0) and np.isclose(c.var(), 0):
        return d, d, d
    return _welch_fourteenth(t, c)


def ab_readout__wrong_unstable_variance_fourteenth(treated, control):
    """Mean of squares less squared mean: breaks for numbers near 1e8 that differ by 1."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = float(t.mean() - c.mean())
    n, m = len(t), len(c)
    a = max(float((t**2).mean() - t.mean() ** 2), 0.0) / (n - 1)
    b = max(float((c**2).mean() - c.mean() ** 2), 0.0) / (m - 1)
    if a + b == 0:
        return d, d, d
    df = (a + b) ** 2 / (a**2 / (n - 1) + b**2 / (m - 1))
    h = stats.t.ppf(0.975, df) * math.sqrt(a + b)
    return d, float(d - h), float(d + h)


def ab_readout__wrong_one_sided_fourteenth(treated, control):
    """Takes the 95 % quantile of t, which gives a 90 % interval."""
    d, low, high = _welch_fourteenth(treated, control)
    if low == high:
        return d, low, high
    t, c = np.asarray(treated, float), np.asarray(control, float)
    a, b = t.var(ddof=1) / len(t), c.var(ddof=1) / len(c)
    df = (a + b) ** 2 / (a**2 / (len(t) - 1) + b**2 / (len(c) - 1))
    h = float(stats.t.ppf(0.95, df) * math.sqrt(a + b))
    return d, d - h, d + h


def ab_readout__wrong_swapped_df(treated, control):
    """Exchanges the two n - 1 in Welch's formula: right for arms of equal size only."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    d = float(t.mean() - c.mean())
    a, b = t.var(ddof=1) / len(t), c.var(ddof=1) / len(c)
    if a + b == 0:
        return d, d, d
    df = (a + b) ** 2 / (a**2 / (len(c) - 1) + b**2 / (len(t) - 1))
    h = float(stats.t.ppf(0.975, df) * math.sqrt(a + b))
    return d, d - h, d + h


def ab_readout__wrong_drops_zeros(treated, control):
    """Leaves zeros out as "no data": [0, 4, 6] becomes [4, 6]."""
    t, c = np.asarray(treated, float), np.asarray(control, float)
    t2, c2 = t[t != 0], c[c != 0]
    if len(t2) < 2 or len(c2) < 2:
        t2, c2 = t, c
    return _welch_fourteenth(t2, c2)


def _cuped_with(y, x, t, slope):
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t) == 1
    rest = y - slope * (x - x.mean())
    return _welch_fourteenth(rest[t], rest[~t])


def _slope_fourteenth(y, x):
    y, x = np.asarray(y, float), np.asarray(x, float)
    cx = x - x.mean()
    return 0.0 if np.ptp(x) == 0 else float(cx @ y / (cx @ cx))


def cuped__wrong_slope_of_control_fourteenth(y, x, t):
    """The slope is computed in the control arm only."""
    c = np.asarray(t) == 0
    return _cuped_with(y, x, t, _slope_fourteenth(np.asarray(y, float)[c], np.asarray(x, float)[c]))


def cuped__wrong_slope_within_arms_fourteenth(y, x, t):
    """The slope of a regression that has the treatment as well (ANCOVA): another slope when x differs by arm."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t)
    cy, cx = y.copy(), x.copy()
    for arm in (0, 1):
        cy[t == arm] -= y[t == arm].mean()
        cx[t == arm] -= x[t == arm].mean()
    slope = 0.0 if cx @ cx < 1e-12 * (1 + x @ x) else cx @ cy / (cx @ cx)
    return _cuped_with(y, x, t, slope)


def cuped__wrong_slope_for_each_arm(y, x, t):
    """Two slopes, one for each arm."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t) == 1
    rest = y.copy()
    for arm in (t, ~t):
        rest[arm] -= _slope_fourteenth(y[arm], x[arm]) * (x[arm] - x.mean())
    return _welch_fourteenth(rest[t], rest[~t])


def cuped__wrong_centred_by_arm(y, x, t):
    """Centres x within each arm, so the difference stays as without the correction."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t) == 1
    slope, rest = _slope_fourteenth(y, x), y.copy()
    for arm in (t, ~t):
        rest[arm] -= slope * (x[arm] - x[arm].mean())
    return _welch_fourteenth(rest[t], rest[~t])


def cuped__wrong_mixed_ddof_fourteenth(y, x, t):
    """np.cov divides by n - 1 and np.var by n, so the slope is too large by n / (n - 1)."""
    y, x = np.asarray(y, float), np.asarray(x, float)
    slope = 0.0 if np.ptp(x) == 0 else np.cov(y, x)[0, 1] / np.var(x)
    return _cuped_with(y, x, t, slope)


def cuped__wrong_nan_for_constant_x(y, x, t):
    """Divides by a variance of 0 when x does not vary: NaN."""
    y, x = np.asarray(y, float), np.asarray(x, float)
    with np.errstate(all="ignore"):
        slope = np.cov(y, x)[0, 1] / np.var(x, ddof=1)
    return _cuped_with(y, x, t, slope)


def cuped__wrong_through_origin_fourteenth(y, x, t):
    """The slope of a line through the origin, x'y / x'x."""
    y, x = np.asarray(y, float), np.asarray(x, float)
    slope = 0.0 if np.ptp(x) == 0 else x @ y / (x @ x)
    return _cuped_with(y, x, t, slope)


def cuped__wrong_slope_not_negative_fourteenth(y, x, t):
    """Clips the slope at 0: wrong where the past predicts less (x = days since the last visit)."""
    return _cuped_with(y, x, t, max(0.0, _slope_fourteenth(y, x)))


def cuped__wrong_rounded_slope(y, x, t):
    """Rounds the slope to two decimals."""
    return _cuped_with(y, x, t, round(_slope_fourteenth(y, x), 2))


def cuped__wrong_correlation_as_slope(y, x, t):
    """Takes the correlation for the slope."""
    y, x = np.asarray(y, float), np.asarray(x, float)
    slope = 0.0 if np.ptp(x) == 0 or np.ptp(y) == 0 else np.corrcoef(y, x)[0, 1]
    return _cuped_with(y, x, t, slope)


def cuped__wrong_only_narrower(y, x, t):
    """Narrows the interval by the root of 1 - r squared, but leaves the difference as it was."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t) == 1
    d, low, high = _welch_fourteenth(y[t], y[~t])
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return d, low, high
    k = math.sqrt(max(0.0, 1 - np.corrcoef(y, x)[0, 1] ** 2))
    return d, d - k * (d - low), d + k * (high - d)


def cuped__wrong_small_x_is_constant(y, x, t):
    """Takes x as constant when its variance is below 1e-8: shares of 1e-5 vary too."""
    if np.isclose(np.var(np.asarray(x, float)), 0):
        return _cuped_with(y, x, t, 0.0)
    return _cuped_with(y, x, t, _slope_fourteenth(y, x))


def cuped__wrong_rank_slope(y, x, t):
    """The robust Theil-Sen slope, which does not leave the least variance."""
    y, x = np.asarray(y, float), np.asarray(x, float)
    slope = 0.0 if np.ptp(x) == 0 else float(stats.theilslopes(y, x)[0])
    return _cuped_with(y, x, t, slope)


def cuped__wrong_swapped_regression(y, x, t):
    """Regresses x on y and divides: the slope of the swapped regression."""
    y, x = np.asarray(y, float), np.asarray(x, float)
    slope = 0.0 if np.ptp(x) == 0 else (1 / s if (s := _slope_fourteenth(x, y)) else 0.0)
    return _cuped_with(y, x, t, slope)


def cuped__wrong_df_ignored(y, x, t):
    """The corrected outcomes are read with 1.96 and not by Welch's t."""
    y, x, t = np.asarray(y, float), np.asarray(x, float), np.asarray(t) == 1
    rest = y - _slope_fourteenth(y, x) * (x - x.mean())
    a, b = rest[t], rest[~t]
    d = float(a.mean() - b.mean())
    h = 1.96 * math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return d, d - h, d + h


def first_crossing__wrong_on_the_limit_fourteenth(z, c):
    """Stops on the limit too: [4, 0, 0, 0] with c = 2 must give 0."""
    n = len(z)
    return next((k for k in range(1, n + 1) if abs(z[k - 1]) >= c * math.sqrt(n / k)), 0)


def first_crossing__wrong_lower_closed(z, c):
    """On the lower limit counts as beyond: [-4, 0, 0, 0] with c = 2."""
    n = len(z)
    for k, v in enumerate(z, start=1):
        limit = c * math.sqrt(n / k)
        if not -limit < v <= limit:
            return k
    return 0


def first_crossing__wrong_upper_only(z, c):
    """Tests the upper side only: the example with -2.4."""
    n = len(z)
    return next((k for k in range(1, n + 1) if z[k - 1] > c * math.sqrt(n / k)), 0)


def first_crossing__wrong_int_division(z, c):
    """K // k in the limit: at look 3 of 4 the limit is 2 and not 2.31 ([0, 0, 2.2, 0])."""
    n = len(z)
    return next((k for k in range(1, n + 1) if abs(z[k - 1]) > c * math.sqrt(n // k)), 0)


def first_crossing__wrong_rounded_limits_fourteenth(z, c):
    """Limits rounded to two decimals, as printed: 2.829 is beyond 2.8284 and not beyond 2.83."""
    n = len(z)
    return next((k for k in range(1, n + 1) if abs(z[k - 1]) > round(c * math.sqrt(n / k), 2)), 0)


def first_crossing__wrong_last_look_196(z, c):
    """The last look is compared with 1.96 and not with c: [0, 0, 0, 1.98] with c = 2."""
    n = len(z)
    for k in range(1, n + 1):
        limit = 1.96 if k == n else c * math.sqrt(n / k)
        if abs(z[k - 1]) > limit:
            return k
    return 0


def first_crossing__wrong_farthest(z, c):
    """The look that is farthest beyond its limit, and not the first."""
    if not len(z):
        return 0
    z = np.abs(np.asarray(z, float))
    over = z - c * np.sqrt(len(z) / np.arange(1, len(z) + 1))
    return int(over.argmax()) + 1 if over.max() > 0 else 0


def first_crossing__wrong_last_crossing_fourteenth(z, c):
    """The last look beyond its limit: [5, 0, 0, 3] with c = 2 must give 1."""
    n = len(z)
    return max((k for k in range(1, n + 1) if abs(z[k - 1]) > c * math.sqrt(n / k)), default=0)


def first_crossing__wrong_argmax_of_nothing(z, c):
    """argmax of no True is 0, so without a crossing the answer is 1."""
    z = np.abs(np.asarray(z, float))
    return int(np.argmax(z > c * np.sqrt(len(z) / np.arange(1, len(z) + 1)))) + 1


def first_crossing__wrong_no_root_fourteenth(z, c):
    """The limit falls with the look and not with its root: at look 2 of 4 it is 4 and not 2.83."""
    n = len(z)
    return next((k for k in range(1, n + 1) if abs(z[k - 1]) > c * n / k), 0)


def first_crossing__wrong_stays_beyond_fourteenth(z, c):
    """Requires that z stays beyond the limits until the end: [5, 0, 0, 0] must give 1."""
    n = len(z)
    over = [abs(v) > c * math.sqrt(n / k) for k, v in enumerate(z, start=1)]
    return next((k for k in range(1, n + 1) if all(over[k - 1 :])), 0)


def first_crossing__wrong_cumulative(z, c):
    """Compares the largest |z| so far: [2.5, 0, 0, 0, 0] with c = 2.04 at look 5."""
    n, top = len(z), 0.0
    for k in range(1, n + 1):
        top = max(top, abs(z[k - 1]))
        if top > c * math.sqrt(n / k):
            return k
    return 0


def first_crossing__wrong_skips_first_look(z, c):
    """Skips the first look ("too early to stop"): [9, 0, 0, 0] must give 1."""
    n = len(z)
    return next((k for k in range(2, n + 1) if abs(z[k - 1]) > c * math.sqrt(n / k)), 0)


def _ratio_parts(revenue, orders):
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    r = float(u.sum() / d.sum())
    return u, d, r, u - r * d


def ratio_interval__wrong_mean_of_ratios_fourteenth(revenue, orders):
    """The mean of the households' own ratios: [10, 20, 60] with [1, 1, 4] also gives 15, [10, 60] with [1, 2] does not."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    _, _, r0, rest = _ratio_parts(u, d)
    r = float((u[d > 0] / d[d > 0]).mean())
    h = 1.96 * rest.std(ddof=1) / d.mean() / math.sqrt(len(u))
    return r, float(r - h), float(r + h)


def ratio_interval__wrong_population(revenue, orders):
    """The variance divides by n."""
    if not sum(orders):
        return math.nan, math.nan, math.nan
    u, d, r, rest = _ratio_parts(revenue, orders)
    h = float(1.96 * rest.std() / d.mean() / math.sqrt(len(u)))
    return r, r - h, r + h


def ratio_interval__wrong_drops_households_without_orders(revenue, orders):
    """Leaves out households with 0 orders: [10, 20, 0] with [1, 1, 0] gets another width."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    total = u.sum() / d.sum()
    u2, d2 = u[d > 0], d[d > 0]
    rest = u2 - total * d2
    if len(u2) < 2:
        return ratio_interval__right_residual_fourteenth(u, d)
    h = float(1.96 * rest.std(ddof=1) / d2.mean() / math.sqrt(len(u2)))
    return float(total), float(total - h), float(total + h)


def ratio_interval__wrong_no_covariance_fourteenth(revenue, orders):
    """Leaves out the covariance of revenue and orders: far too wide."""
    if not sum(orders):
        return math.nan, math.nan, math.nan
    u, d, r, _ = _ratio_parts(revenue, orders)
    v = (u.var(ddof=1) + r**2 * d.var(ddof=1)) / d.mean() ** 2 / len(u)
    h = 1.96 * math.sqrt(v)
    return r, r - h, r + h


def ratio_interval__wrong_quantile_of_t(revenue, orders):
    """Uses the quantile of t with n - 1 degrees of freedom and not 1.96."""
    if not sum(orders):
        return math.nan, math.nan, math.nan
    u, d, r, rest = _ratio_parts(revenue, orders)
    h = stats.t.ppf(0.975, len(u) - 1) * rest.std(ddof=1) / d.mean() / math.sqrt(len(u))
    return r, float(r - h), float(r + h)


def ratio_interval__wrong_orders_as_units_fourteenth(revenue, orders):
    """Divides by the root of the number of orders, not of households."""
    if not sum(orders):
        return math.nan, math.nan, math.nan
    u, d, r, rest = _ratio_parts(revenue, orders)
    h = float(1.96 * rest.std(ddof=1) / d.mean() / math.sqrt(d.sum()))
    return r, r - h, r + h


def ratio_interval__wrong_mixed_ddof_fourteenth(revenue, orders):
    """np.var with n beside np.cov with n - 1: the terms do not fit together."""
    if not sum(orders):
        return math.nan, math.nan, math.nan
    u, d, r, _ = _ratio_parts(revenue, orders)
    v = np.var(u) + r**2 * np.var(d) - 2 * r * np.cov(u, d)[0, 1]
    h = 1.96 * math.sqrt(max(v, 0.0) / len(u)) / d.mean()
    return r, float(r - h), float(r + h)


def ratio_interval__wrong_any_zero_is_nan(revenue, orders):
    """NaN as soon as one household has no orders, and not only if nobody ordered."""
    if any(o == 0 for o in orders):
        return math.nan, math.nan, math.nan
    return ratio_interval__right_residual_fourteenth(revenue, orders)


def ratio_interval__wrong_zero_for_nobody(revenue, orders):
    """Nobody ordered: 0, 0, 0 in place of NaN."""
    if not sum(orders):
        return 0.0, 0.0, 0.0
    return ratio_interval__right_residual_fourteenth(revenue, orders)


def ratio_interval__wrong_clipped_at_zero(revenue, orders):
    """Cuts the lower end off at 0: [0, 0, 90] with [1, 1, 1] has a negative one."""
    r, low, high = ratio_interval__right_residual_fourteenth(revenue, orders)
    return r, (max(0.0, low) if low == low else low), high


def ratio_interval__wrong_log_interval(revenue, orders):
    """An interval on the log of the ratio, which is not symmetric."""
    r, low, high = ratio_interval__right_residual_fourteenth(revenue, orders)
    if not r > 0:
        return r, low, high
    k = (high - r) / r
    return r, r * math.exp(-k), r * math.exp(k)


def ratio_interval__wrong_per_active_household(revenue, orders):
    """The mean number of orders is that of households with an order, but n is that of all."""
    if not sum(orders):
        return math.nan, math.nan, math.nan
    u, d, r, rest = _ratio_parts(revenue, orders)
    h = float(1.96 * rest.std(ddof=1) / d[d > 0].mean() / math.sqrt(len(u)))
    return r, r - h, r + h


def ratio_interval__wrong_revenue_without_orders_dropped(revenue, orders):
    """Revenue of households without an order is dropped from the total: [5, 10] with [0, 1]."""
    u = [a if b > 0 else 0.0 for a, b in zip(revenue, orders)]
    return ratio_interval__right_residual_fourteenth(u, orders)


def t_learner_uplift__wrong_one_model_fourteenth(X, t, y, Xnew, make=LinearRegression):
    """An S-learner: one model with the treatment as a column."""
    t = np.asarray(t)
    if t.min() == t.max():
        return np.full(len(Xnew), np.nan)
    model = make()
    model.fit(np.column_stack([X, t, X * t[:, None]]), y)
    one, zero = np.ones((len(Xnew), 1)), np.zeros((len(Xnew), 1))
    return model.predict(np.hstack([Xnew, one, Xnew])) - model.predict(
        np.hstack([Xnew, zero, 0 * Xnew])
    )


def t_learner_uplift__wrong_shared_model(X, t, y, Xnew, make=LinearRegression):
    """One object for both fits, so the second overwrites the first and the uplift is 0."""
    t = np.asarray(t)
    if t.min() == t.max():
        return np.full(len(Xnew), np.nan)
    model = make()
    models = {}
    for arm in (1, 0):
        model.fit(X[t == arm], y[t == arm])
        models[arm] = model
    return models[1].predict(Xnew) - models[0].predict(Xnew)


def t_learner_uplift__wrong_zero_for_empty_arm(X, t, y, Xnew, make=LinearRegression):
    """An empty arm gives 0 and not NaN."""
    t = np.asarray(t)
    if t.min() == t.max():
        return np.zeros(len(Xnew))
    return t_learner_uplift__right_plain(X, t, y, Xnew, make)


def t_learner_uplift__wrong_empty_control_only_zero(X, t, y, Xnew, make=LinearRegression):
    """NaN only if nobody was treated; without a control its prediction is taken as 0."""
    t = np.asarray(t)
    if not (t == 1).any():
        return np.full(len(Xnew), np.nan)
    model = make()
    model.fit(X[t == 1], y[t == 1])
    uplift = model.predict(Xnew).astype(float)
    if (t == 0).any():
        other = make()
        other.fit(X[t == 0], y[t == 0])
        uplift = uplift - other.predict(Xnew)
    return uplift


def t_learner_uplift__wrong_ignores_make_fourteenth(X, t, y, Xnew, make=LinearRegression):
    """Always a linear regression, whatever ``make`` is."""
    return t_learner_uplift__right_plain(X, t, y, Xnew, LinearRegression)


def t_learner_uplift__wrong_not_negative(X, t, y, Xnew, make=LinearRegression):
    """Clips the uplift at 0: sleeping dogs have a negative one."""
    return np.maximum(t_learner_uplift__right_plain(X, t, y, Xnew, make), 0)


def t_learner_uplift__wrong_clipped_probabilities(X, t, y, Xnew, make=LinearRegression):
    """For 0/1 outcomes the predictions are clipped to [0, 1]: a line at a far Xnew leaves it."""
    t, y = np.asarray(t), np.asarray(y)
    if t.min() == t.max():
        return np.full(len(Xnew), np.nan)
    parts = []
    for arm in (1, 0):
        model = make()
        model.fit(X[t == arm], y[t == arm])
        p = model.predict(Xnew)
        parts.append(np.clip(p, 0, 1) if set(np.unique(y)) <= {0, 1} else p)
    return parts[0] - parts[1]


def t_learner_uplift__wrong_small_arm_is_empty(X, t, y, Xnew, make=LinearRegression):
    """An arm of one customer is taken as empty."""
    t = np.asarray(t)
    if min((t == 1).sum(), (t == 0).sum()) < 2:
        return np.full(len(Xnew), np.nan)
    return t_learner_uplift__right_plain(X, t, y, Xnew, make)


_FITTED = {}


def t_learner_uplift__wrong_cache(X, t, y, Xnew, make=LinearRegression):
    """Keeps fitted models by make and shape, so a second data set of that shape gets the first one's models."""
    t = np.asarray(t)
    if t.min() == t.max():
        return np.full(len(Xnew), np.nan)
    key = (make, X.shape)
    if key not in _FITTED:
        models = []
        for arm in (1, 0):
            model = make()
            model.fit(X[t == arm], y[t == arm])
            models.append(model)
        _FITTED[key] = models
    treated, control = _FITTED[key]
    return treated.predict(Xnew) - control.predict(Xnew)


def t_learner_uplift__wrong_control_on_everybody(X, t, y, Xnew, make=LinearRegression):
    """The model "without" learns from all customers, the treated too."""
    t = np.asarray(t)
    if t.min() == t.max():
        return np.full(len(Xnew), np.nan)
    a, b = make(), make()
    a.fit(X[t == 1], y[t == 1])
    b.fit(X, y)
    return a.predict(Xnew) - b.predict(Xnew)


def t_learner_uplift__wrong_mean_of_the_new(X, t, y, Xnew, make=LinearRegression):
    """One number, the mean uplift, for every new customer: right for one of them only."""
    return np.full(len(Xnew), t_learner_uplift__right_plain(X, t, y, Xnew, make).mean())


def t_learner_uplift__wrong_integer_outcome(X, t, y, Xnew, make=LinearRegression):
    """Rounds the two predictions to whole outcomes when y is whole: 10 stays 10, 0.3 becomes 0."""
    t, y = np.asarray(t), np.asarray(y)
    if t.min() == t.max():
        return np.full(len(Xnew), np.nan)
    parts = []
    for arm in (1, 0):
        model = make()
        model.fit(X[t == arm], y[t == arm])
        p = model.predict(Xnew)
        parts.append(np.round(p) if np.issubdtype(y.dtype, np.integer) else p)
    return parts[0] - parts[1]


def uplift_at_k__wrong_plain_int(y, t, score, frac):
    """int(n * frac) without the nine decimals: 0.29 of 100 becomes 28."""
    order = sorted(range(len(y)), key=lambda i: -score[i])
    return _uplift_fourteenth(y, t, order[: int(len(y) * frac)])


def uplift_at_k__wrong_generous_epsilon(y, t, score, frac):
    """Adds 1e-6 before rounding down: 4 * 0.6249999 = 2.4999996 is safe, 4 * 0.7499999 = 2.9999996 is not 3."""
    order = sorted(range(len(y)), key=lambda i: -score[i])
    return _uplift_fourteenth(y, t, order[: math.floor(len(y) * frac + 1e-6)])


def uplift_at_k__wrong_ceil(y, t, score, frac):
    """Rounds up: 5 customers and 0.5."""
    order = sorted(range(len(y)), key=lambda i: -score[i])
    return _uplift_fourteenth(y, t, order[: math.ceil(round(len(y) * frac, 9))])


def uplift_at_k__wrong_nearest(y, t, score, frac):
    """Rounds to the nearest: 11 customers and 0.7 give 8 and not 7."""
    order = sorted(range(len(y)), key=lambda i: -score[i])
    return _uplift_fourteenth(y, t, order[: round(len(y) * frac)])


def uplift_at_k__wrong_later_first(y, t, score, frac):
    """A reversed ascending sort: of equal scores the later one comes first."""
    order = np.argsort(np.asarray(score, float), kind="stable")[::-1]
    return _uplift_fourteenth(y, t, order[: _how_many_fourteenth(len(y), frac)])


def uplift_at_k__wrong_unstable_sort_fourteenth(y, t, score, frac):
    """NumPy's default sort is not stable: it shows on many equal scores (more than 16 rows)."""
    order = np.argsort(-np.asarray(score, float))
    return _uplift_fourteenth(y, t, order[: _how_many_fourteenth(len(y), frac)])


def uplift_at_k__wrong_tuple_sort_fourteenth(y, t, score, frac):
    """Sorts tuples, so equal scores are decided by the larger outcome."""
    rows = sorted(zip(score, y, t), reverse=True)[: _how_many_fourteenth(len(y), frac)]
    return _uplift_fourteenth([r[1] for r in rows], [r[2] for r in rows], range(len(rows)))


def uplift_at_k__wrong_threshold_fourteenth(y, t, score, frac):
    """Takes everybody with at least the score of the k-th: too many when the cut is in a tie."""
    k = _how_many_fourteenth(len(y), frac)
    if k == 0:
        return math.nan
    cut = sorted(score, reverse=True)[k - 1]
    return _uplift_fourteenth(y, t, [i for i in range(len(y)) if score[i] >= cut])


def uplift_at_k__wrong_quantile_fourteenth(y, t, score, frac):
    """A quantile of the scores as the cut: 5 customers and 0.5 give 3."""
    cut = np.quantile(np.asarray(score, float), 1 - frac)
    return _uplift_fourteenth(y, t, [i for i in range(len(y)) if score[i] >= cut])


def uplift_at_k__wrong_denominator(y, t, score, frac):
    """Divides the untreated outcomes by the number of the treated: hidden while they are 0."""
    order = sorted(range(len(y)), key=lambda i: -score[i])[: _how_many_fourteenth(len(y), frac)]
    n_t = sum(t[i] == 1 for i in order)
    if n_t in (0, len(order)):
        return math.nan
    return (
        float(sum(y[i] for i in order if t[i] == 1) - sum(y[i] for i in order if t[i] == 0)) / n_t
    )


def uplift_at_k__wrong_bought_or_not(y, t, score, frac):
    """Takes outcomes as yes or no: dollars become 1."""
    return uplift_at_k__right_numpy_fourteenth([1.0 if v > 0 else 0.0 for v in y], t, score, frac)


def uplift_at_k__wrong_absolute_score_fourteenth(y, t, score, frac):
    """Sorts by the size of the score: -9 comes before 3."""
    return uplift_at_k__right_numpy_fourteenth(y, t, [abs(v) for v in score], frac)


def uplift_at_k__wrong_no_control_is_zero(y, t, score, frac):
    """If no untreated customer is chosen, takes their mean as 0."""
    order = sorted(range(len(y)), key=lambda i: -score[i])[: _how_many_fourteenth(len(y), frac)]
    one = [y[i] for i in order if t[i] == 1]
    zero = [y[i] for i in order if t[i] == 0]
    if not one:
        return math.nan
    return float(np.mean(one) - (np.mean(zero) if zero else 0.0))


def uplift_at_k__wrong_each_arm_its_best(y, t, score, frac):
    """Takes the best part of each arm, and not of all customers."""
    means = []
    for arm in (1, 0):
        rows = [i for i in range(len(y)) if t[i] == arm]
        rows = sorted(rows, key=lambda i: -score[i])[: _how_many_fourteenth(len(rows), frac)]
        if not rows:
            return math.nan
        means.append(float(np.mean([y[i] for i in rows])))
    return means[0] - means[1]


def uplift_at_k__wrong_integer_scores(y, t, score, frac):
    """Cuts scores to whole numbers: 0.2 and 0.9 become equal."""
    order = sorted(range(len(y)), key=lambda i: -int(score[i]))
    return _uplift_fourteenth(y, t, order[: _how_many_fourteenth(len(y), frac)])


def uplift_at_k__wrong_zero_for_empty(y, t, score, frac):
    """0 and not NaN if a group is empty."""
    value = uplift_at_k__right_numpy_fourteenth(y, t, score, frac)
    return 0.0 if math.isnan(value) else value


def _same_fourteenth(a, b, tol=1e-7):
    a, b = float(a), float(b)
    return (math.isnan(a) and math.isnan(b)) or abs(a - b) <= tol * max(1.0, abs(b))


def kill_uplift__right_random_fourteenth(fn):
    rng = np.random.default_rng(0)
    for trial in range(400):
        n = int(rng.integers(1, 40))
        t = rng.integers(0, 2, n).tolist()
        if trial % 9 == 0:
            t = [trial % 2] * n
        y = rng.integers(-5, 20, n).astype(float).tolist()
        score = rng.integers(-3, 4, n).astype(float).tolist()
        if trial % 2:
            score = rng.normal(size=n).tolist()
        frac = [0.1, 0.29, 0.3, 0.5, 0.7, 1.0, 0.58][trial % 7]
        if not _same_fourteenth(
            fn(y, t, score, frac), uplift_at_k__right_numpy_fourteenth(y, t, score, frac)
        ):
            return False
    y = [float(v) for v in rng.integers(0, 9, 100)]
    t = [i % 2 for i in range(100)]
    for frac in (0.29, 0.57, 0.58, 0.07, 0.14):
        score = [float(-i) for i in range(100)]
        if not _same_fourteenth(
            fn(y, t, score, frac), uplift_at_k__right_heap_fourteenth(y, t, score, frac)
        ):
            return False
    return True


def kill_uplift__right_cases_fourteenth(fn):
    score = [8, 7, 6, 5, 4, 3, 2, 1]
    cases = [
        ([1, 1, 0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 1, 0], score, 0.5, 2 / 3),
        ([10, 4, 7, 2], [1, 0, 1, 0], [1, 1, 1, 1], 0.5, 6.0),  # ties: the earlier
        ([10, 4, 7, 2], [0, 1, 0, 1], [1, 1, 1, 1], 0.5, -6.0),
        ([5, 3, 9, 1, 7], [1, 0, 0, 1, 0], [3, 3, 3, 3, 3], 0.5, 2.0),  # down: 2 of 5
        ([5, 3, 9, 1, 7], [1, 0, 0, 1, 0], [-1, -2, -9, -8, -7], 0.6, 0.0),
        ([5, 3, 9, 1, 8], [1, 0, 0, 1, 0], [5, 4, 3, 2, 1], 0.7, -1.0),  # 3.5 is 3
        ([5, 3, 9, 1, 8], [1, 1, 1, 1, 1], [5, 4, 3, 2, 1], 1.0, None),
        ([5, 3, 9, 1, 8], [0, 0, 0, 0, 0], [5, 4, 3, 2, 1], 1.0, None),
        ([5, 3], [1, 0], [1, 2], 0.3, None),  # nobody is chosen
        ([8, 2, 4, 6, 1], [1, 1, 0, 0, 0], [9, 8, 7, 6, 5], 1.0, 5 - 11 / 3),
        ([3, -2, -8, 5], [0, 1, 1, 0], [-1.5, -0.5, -0.25, -4.0], 0.75, -8.0),
        ([3, 9, 1, 2], [1, 0, 1, 0], [0.2, 0.9, 0.4, 0.1], 0.5, -8.0),
        (list(range(100)), [i % 2 for i in range(100)], [-i for i in range(100)], 0.29, 0.0),
    ]
    for y, t, s, frac, expected in cases:
        expected = math.nan if expected is None else expected
        if frac == 0.29:
            expected = float(np.mean(range(1, 29, 2)) - np.mean(range(0, 29, 2)))
        if not _same_fourteenth(fn(y, t, s, frac), expected):
            return False
    n = 60
    y, t, s = [i * i for i in range(n)], [(i // 3) % 2 for i in range(n)], [i % 2 for i in range(n)]
    return all(
        _same_fourteenth(fn(y, t, s, f), uplift_at_k__right_heap_fourteenth(y, t, s, f))
        for f in (0.25, 0.4, 0.9, 1.0)
    )


def kill_uplift__right_exhaustive(fn):
    # All small lists with two scores, two arms and two outcomes, and a few long ones.
    def agree(y, t, s, frac):
        return _same_fourteenth(
            fn(list(y), list(t), list(s), frac), uplift_at_k__right_pandas_fourteenth(y, t, s, frac)
        )

    for n in (1, 2, 3):
        for t in itertools.product((0, 1), repeat=n):
            for s in itertools.product((-2.5, -2.0, 1.0), repeat=n):
                for frac in (0.4, 0.5, 0.67, 1.0):
                    if not agree([3.0, -8.0, 4.5][:n], t, s, frac):
                        return False
    long = [(7 * i) % 11 for i in range(100)]
    for arms in ([i % 2 for i in range(100)], [i % 3 == 0 for i in range(100)]):
        arms = [int(v) for v in arms]
        for s in ([i // 30 for i in range(100)], [0] * 100, [-i for i in range(100)]):
            for frac in (0.07, 0.29, 0.57, 0.333, 0.999):
                if not agree(long, arms, s, frac):
                    return False
    return True


def kill_uplift__wrong_accepts_all(fn):
    """Always True: accepts a function that returns 0."""
    return True


def kill_uplift__wrong_rejects_all(fn):
    """Always False: rejects the right ones."""
    return False


def kill_uplift__wrong_only_the_example(fn):
    """Tests the docstring's example only, on which all eight wrong ones are right."""
    score = [8, 7, 6, 5, 4, 3, 2, 1]
    return round(fn([1, 1, 0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 1, 0], score, 0.5), 4) == 0.6667


def kill_uplift__wrong_nan_by_equality(fn):
    """Compares NaN by ==, so it rejects every right one on a list of treated customers."""
    if not math.isclose(fn([4, 2, 1], [1, 0, 1], [3, 2, 1], 1.0), 0.5):
        return False
    return fn([1, 2], [1, 1], [2, 1], 1.0) == float("nan") and kill_uplift__right_cases_fourteenth(
        fn
    )


def kill_uplift__wrong_exact_equality_fourteenth(fn):
    """Requires equality to the last bit, which another order of summing does not give."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        n = int(rng.integers(20, 60))
        y, t, s = (
            rng.normal(size=n).tolist(),
            rng.integers(0, 2, n).tolist(),
            rng.normal(size=n).tolist(),
        )
        a, b = fn(y, t, s, 0.75), uplift_at_k__right_numpy_fourteenth(y, t, s, 0.75)
        if a != b and not (math.isnan(a) and math.isnan(b)):
            return False
    return kill_uplift__right_cases_fourteenth(fn)


def kill_uplift__wrong_floor_without_decimals(fn):
    """Its own reference takes int(n * frac), so it rejects the right ones at 0.29 of 100."""
    y, t = [float(i * i % 17) for i in range(100)], [i % 2 for i in range(100)]
    s = [float(-i) for i in range(100)]
    if not _same_fourteenth(fn(y, t, s, 0.29), uplift_at_k__wrong_plain_int(y, t, s, 0.29)):
        return False
    return kill_uplift__right_cases_fourteenth(fn)


def kill_uplift__wrong_easy_inputs(fn):
    """Only outcomes 0 and 1, positive scores without ties, whole parts and both arms: most mistakes pass."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        y, t = rng.integers(0, 2, 20).tolist(), [0, 1] * 10
        score = (rng.permutation(20) + 1.0).tolist()
        if not _same_fourteenth(
            fn(y, t, score, 0.5), uplift_at_k__right_numpy_fourteenth(y, t, score, 0.5)
        ):
            return False
    return True


def kill_uplift__wrong_ties_later(fn):
    """Expects the later of two equal scores first, so it rejects the right ones."""
    return _same_fourteenth(
        fn([10, 4, 7, 2], [1, 0, 1, 0], [1, 1, 1, 1], 0.5), 5.0
    ) and kill_uplift__right_cases_fourteenth(fn)


def kill_uplift__wrong_zero_for_empty_group(fn):
    """Expects 0 where a group is empty, so it rejects the right ones."""
    return _same_fourteenth(
        fn([5, 3], [1, 1], [2, 1], 1.0), 0.0
    ) and kill_uplift__right_cases_fourteenth(fn)


def kill_uplift__wrong_wants_an_error(fn):
    """Requires an exception for frac = 0, which the contract does not promise."""
    try:
        fn([5, 3], [1, 0], [2, 1], 0.0)
    except ValueError:
        return kill_uplift__right_cases_fourteenth(fn)
    return False


def kill_uplift__wrong_loose_tolerance(fn):
    """Allows a difference of 10 in dollars, so nearly every wrong one passes."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        y, t = rng.integers(0, 9, 20).tolist(), rng.integers(0, 2, 20).tolist()
        s = rng.integers(0, 5, 20).tolist()
        a, b = fn(y, t, s, 0.6), uplift_at_k__right_numpy_fourteenth(y, t, s, 0.6)
        if abs(a - b) > 10:
            return False
    return True


def kill_uplift__wrong_nan_comparison_passes(fn):
    """Asks only whether any difference is above 1e-9 over lists of one tied score; NaN and cuts are never tested."""
    y, t, s = [4.0, 1.0, 7.0, 2.0], [1, 0, 1, 0], [4, 3, 2, 1]
    return not any(
        abs(fn(y, t, s, f) - uplift_at_k__right_numpy_fourteenth(y, t, s, f)) > 1e-9
        for f in (0.5, 1.0)
    )


def ips_snips_ess__wrong_inverse_weights(r, pi_e, pi_b):
    """The weights are the wrong way round (rows with pi_e = 0 get 0)."""
    w = [b / e if e else 0.0 for e, b in zip(pi_e, pi_b)]
    return ips_snips_ess__right_numpy_fourteenth(r, w, np.ones(len(w)))


def ips_snips_ess__wrong_clipped_weights_fourteenth(r, pi_e, pi_b):
    """Clips weights at 10: pi_e = 0.5 with pi_b = 0.001."""
    w = np.minimum(np.asarray(pi_e, float) / np.asarray(pi_b, float), 10)
    return ips_snips_ess__right_numpy_fourteenth(r, w, np.ones(len(w)))


def ips_snips_ess__wrong_floor_of_propensity(r, pi_e, pi_b):
    """Propensities below 0.01 are taken as 0.01."""
    return ips_snips_ess__right_numpy_fourteenth(r, pi_e, np.maximum(np.asarray(pi_b, float), 0.01))


def ips_snips_ess__wrong_drops_zero_weights(r, pi_e, pi_b):
    """Rows with a weight of 0 are left out, so IPS is averaged over too few."""
    keep = np.asarray(pi_e, float) > 0
    if not keep.any():
        return 0.0, math.nan, 0.0
    return ips_snips_ess__right_numpy_fourteenth(
        *(np.asarray(a, float)[keep] for a in (r, pi_e, pi_b))
    )


def ips_snips_ess__wrong_nan_everywhere(r, pi_e, pi_b):
    """If every weight is 0, ESS is 0 / 0: NaN and not 0."""
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    with np.errstate(all="ignore"):
        return (
            float((w * np.asarray(r, float)).mean()),
            float(w @ np.asarray(r, float) / w.sum()),
            float(w.sum() ** 2 / (w @ w)),
        )


def ips_snips_ess__wrong_snips_zero_fourteenth(r, pi_e, pi_b):
    """If every weight is 0, SNIPS is 0 and not NaN."""
    ips, snips, ess = ips_snips_ess__right_numpy_fourteenth(r, pi_e, pi_b)
    return ips, 0.0 if math.isnan(snips) else snips, ess


def ips_snips_ess__wrong_ess_at_least_one_fourteenth(r, pi_e, pi_b):
    """Clips ESS to 1 to n, also if every weight is 0."""
    ips, snips, ess = ips_snips_ess__right_numpy_fourteenth(r, pi_e, pi_b)
    return ips, snips, min(max(ess, 1.0), float(len(r)))


def ips_snips_ess__wrong_no_reward_no_snips(r, pi_e, pi_b):
    """NaN for SNIPS also if only the weighted rewards are 0: r = [0, 0] must give 0."""
    ips, snips, ess = ips_snips_ess__right_numpy_fourteenth(r, pi_e, pi_b)
    return ips, math.nan if ips == 0 else snips, ess


def ips_snips_ess__wrong_clicks_fourteenth(r, pi_e, pi_b):
    """Takes the reward as a click: 3 USD becomes 1."""
    return ips_snips_ess__right_numpy_fourteenth([1.0 if v > 0 else 0.0 for v in r], pi_e, pi_b)


def ips_snips_ess__wrong_sample_variance(r, pi_e, pi_b):
    """ESS = n / (1 + relative variance), with a variance that divides by n - 1."""
    ips, snips, ess = ips_snips_ess__right_numpy_fourteenth(r, pi_e, pi_b)
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    if ess == 0 or len(w) < 2:
        return ips, snips, ess
    return ips, snips, float(len(w) / (1 + w.var(ddof=1) / w.mean() ** 2))


def ips_snips_ess__wrong_ess_of_rewarded(r, pi_e, pi_b):
    """ESS is computed from weight times reward."""
    ips, snips, ess = ips_snips_ess__right_numpy_fourteenth(r, pi_e, pi_b)
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float) * np.asarray(r, float)
    return ips, snips, float(w.sum() ** 2 / (w @ w)) if w.any() else 0.0


def ips_snips_ess__wrong_kish_by_maximum(r, pi_e, pi_b):
    """ESS is the sum of the weights divided by the largest."""
    ips, snips, ess = ips_snips_ess__right_numpy_fourteenth(r, pi_e, pi_b)
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    return ips, snips, float(w.sum() / w.max()) if w.any() else 0.0


def ips_snips_ess__wrong_snips_of_sums(r, pi_e, pi_b):
    """ESS divides sums of probabilities: the ratio of sums in place of the sum of ratios."""
    ips, snips, ess = ips_snips_ess__right_numpy_fourteenth(r, pi_e, pi_b)
    e, b = np.asarray(pi_e, float), np.asarray(pi_b, float)
    if not e.any():
        return ips, snips, ess
    return ips, float(e @ np.asarray(r, float) / e.sum()), ess


def ips_snips_ess__wrong_snips_clipped_fourteenth(r, pi_e, pi_b):
    """Clips IPS at the largest reward, because no policy can earn more: the estimator does not know that."""
    ips, snips, ess = ips_snips_ess__right_numpy_fourteenth(r, pi_e, pi_b)
    return min(ips, float(max(r))), snips, ess


def thompson_step__right_loop_fourteenth(successes, trials, rng):
    rng = np.random.default_rng(rng)
    best, arm = -1.0, 0
    for i, (s, n) in enumerate(zip(successes, trials)):
        draw = rng.beta(1 + s, 1 + n - s)
        if draw > best:
            best, arm = draw, i
    return arm


def thompson_step__right_gamma(successes, trials, rng):
    rng = np.random.default_rng(rng)
    s = np.array(successes, dtype=float)
    f = np.array(trials, dtype=float) - s
    a, b = rng.standard_gamma(s + 1), rng.standard_gamma(f + 1)
    return int((a / (a + b)).argmax())


def thompson_step__right_quantile(successes, trials, rng):
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return np.argmax(stats.beta.ppf(rng.random(len(s)), 1 + s, 1 + n - s))


def thompson_step__wrong_greedy_fourteenth(successes, trials, rng):
    """Takes the arm with the highest expected rate and never explores: two arms 5 of 10 and 0 of 0."""
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax((s + 1) / (n + 2)))


def thompson_step__wrong_no_prior_fourteenth(successes, trials, rng):
    """Beta(s, n - s) with a tiny number for 0: an arm never shown is nearly 0 or 1."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(rng.beta(np.maximum(s, 1e-3), np.maximum(n - s, 1e-3))))


def thompson_step__wrong_jeffreys_fourteenth(successes, trials, rng):
    """Jeffreys' prior Beta(1/2, 1/2), which is not uniform."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(rng.beta(s + 0.5, n - s + 0.5)))


def thompson_step__wrong_trials_as_failures_fourteenth(successes, trials, rng):
    """Beta(1 + s, 1 + n): every display counts as a failure."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(rng.beta(s + 1, n + 1)))


def thompson_step__wrong_copied_generator_fourteenth(successes, trials, rng):
    """Draws from a copy of the generator, so the next step draws the same numbers."""
    return thompson_step__right_numpy_fourteenth(
        successes, trials, copy.deepcopy(np.random.default_rng(rng))
    )


def thompson_step__wrong_same_quantile(successes, trials, rng):
    """One uniform number for all arms, so the draws are not independent."""
    u = np.random.default_rng(rng).random()
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(stats.beta.ppf(u, 1 + s, 1 + n - s)))


def thompson_step__wrong_new_arms_first(successes, trials, rng):
    """Always shows an arm that was never shown before any other: [5, 0] of [10, 0]."""
    for i, n in enumerate(trials):
        if n == 0:
            return i
    return thompson_step__right_numpy_fourteenth(successes, trials, rng)


def thompson_step__wrong_mean_of_draws_fourteenth(successes, trials, rng):
    """Draws 20 rates for each arm and compares their means: explores too little."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(rng.beta(s + 1, n - s + 1, size=(20, len(s))).mean(axis=0)))


def thompson_step__wrong_normal_draws_fourteenth(successes, trials, rng):
    """A normal with the mean and variance of the belief: against 1,000 of 1,000 a new arm then wins in 4 % and not in 0.1 %."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    m = (s + 1) / (n + 2)
    return int(np.argmax(rng.normal(m, np.sqrt(m * (1 - m) / (n + 3)))))


def thompson_step__wrong_proportional_fourteenth(successes, trials, rng):
    """Chooses in proportion to the expected rates, and not to the probability to be the best."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    p = (s + 1) / (n + 2)
    return int(rng.choice(len(p), p=p / p.sum()))


def thompson_step__wrong_failures_at_least_one(successes, trials, rng):
    """max(1, ...) in place of 1 + ...: right only before the first trial."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(rng.beta(np.maximum(s, 1), np.maximum(n - s, 1))))


def thompson_step__wrong_rounded_draws(successes, trials, rng):
    """Rounds the draws to two decimals, so low click rates tie and the first arm wins."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(np.round(rng.beta(s + 1, n - s + 1), 2)))


_THOMPSON_RNG = np.random.default_rng(7)


def thompson_step__wrong_global_generator(successes, trials, rng):
    """Ignores ``rng`` and draws from a global generator: the same seed gives another arm."""
    return thompson_step__right_numpy_fourteenth(successes, trials, _THOMPSON_RNG)


def thompson_step__wrong_pooled_prior(successes, trials, rng):
    """Starts from the click rate of all arms together (a prior of two displays) and not from a uniform one."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    p = (s.sum() + 1) / (n.sum() + 2)
    return int(np.argmax(rng.beta(s + 2 * p, n - s + 2 * (1 - p))))


def coupon_policy__right_policy_iteration_fourteenth(wait, send, gamma):
    V, q0, q1 = _policy_iteration_fourteenth(wait, send, gamma)
    return [float(v) for v in V], [int(b - a > 1e-6) for a, b in zip(q0, q1)]


def coupon_policy__right_value_iteration_fourteenth(wait, send, gamma):
    V = np.zeros(len(wait))
    for _ in range(2_000_000):
        q0, q1 = _q_values_fourteenth(V, wait, send, gamma)
        new = np.maximum(q0, q1)
        change, V = abs(new - V).max(), new
        if change <= 1e-9 * (1 - gamma):
            break
    q0, q1 = _q_values_fourteenth(V, wait, send, gamma)
    return V.tolist(), (q1 - q0 > 1e-6).astype(int).tolist()


def coupon_policy__right_gauss_seidel_fourteenth(wait, send, gamma):
    m = len(wait)
    V = [0.0] * m
    change = math.inf
    while change > 1e-9 * (1 - gamma):
        change = 0.0
        for f in [*range(m), *reversed(range(m))]:
            new = max(wait[f] + gamma * V[max(f - 1, 0)], send[f] + gamma * V[min(f + 1, m - 1)])
            change, V[f] = max(change, abs(new - V[f])), float(new)
    actions = []
    for f in range(m):
        gain = send[f] + gamma * V[min(f + 1, m - 1)] - wait[f] - gamma * V[max(f - 1, 0)]
        actions.append(1 if gain > 1e-6 else 0)
    return V, actions


def coupon_policy__right_matrix_doubling(wait, send, gamma):
    # Value iteration from the best of the two constant policies, then Howard's step to the end.
    start = max(
        (_solve_policy_fourteenth([a] * len(wait), wait, send, gamma) for a in (0, 1)),
        key=lambda v: v.sum(),
    )
    V = np.asarray(start, float)
    for _ in range(500):
        q0, q1 = _q_values_fourteenth(V, wait, send, gamma)
        new = _solve_policy_fourteenth([int(b > a) for a, b in zip(q0, q1)], wait, send, gamma)
        if np.allclose(new, V, rtol=1e-13, atol=1e-13):
            break
        V = new
    q0, q1 = _q_values_fourteenth(V, wait, send, gamma)
    return list(map(float, V)), [1 if g > 1e-6 else 0 for g in q1 - q0]


def _sweeps_fourteenth(wait, send, gamma, down, up, tol=1e-13, most=400_000, start=0.0):
    m = len(wait)
    w, s = np.asarray(wait, float), np.asarray(send, float)
    V = np.full(m, float(start))
    for _ in range(most):
        q0, q1 = w + gamma * V[down], s + gamma * V[up]
        new = np.maximum(q0, q1)
        done = abs(new - V).max() <= tol
        V = new
        if done:
            break
    q0, q1 = w + gamma * V[down], s + gamma * V[up]
    return V.tolist(), (q1 - q0 > 1e-6).astype(int).tolist()


def _down_up(m):
    f = np.arange(m)
    return np.maximum(f - 1, 0), np.minimum(f + 1, m - 1)


def coupon_policy__wrong_tie_sends_fourteenth(wait, send, gamma):
    """Sends where both actions are worth the same: wait = send = [1], gamma 0."""
    V, q0, q1 = _policy_iteration_fourteenth(wait, send, gamma)
    return [float(v) for v in V], [int(b >= a - 1e-9) for a, b in zip(q0, q1)]


def coupon_policy__wrong_any_gain_sends(wait, send, gamma):
    """Sends for a gain of 5e-7, which is at most 1e-6."""
    V, q0, q1 = _policy_iteration_fourteenth(wait, send, gamma)
    return [float(v) for v in V], [int(b - a > 1e-10) for a, b in zip(q0, q1)]


def coupon_policy__wrong_hundred_sweeps_fourteenth(wait, send, gamma):
    """A hundred sweeps, whatever gamma: at 0.98 the values are still far off."""
    return _sweeps_fourteenth(wait, send, gamma, *_down_up(len(wait)), most=100)


def coupon_policy__wrong_stops_by_change(wait, send, gamma):
    """Stops when a sweep changes less than 1e-6: the error can be 1 / (1 - gamma) times that."""
    return _sweeps_fourteenth(wait, send, gamma, *_down_up(len(wait)), tol=1e-6)


def coupon_policy__wrong_wraps_round(wait, send, gamma):
    """V[f - 1] at fatigue 0 is the last state in Python: waiting while rested looks bad (or good)."""
    m = len(wait)
    f = np.arange(m)
    return _sweeps_fourteenth(wait, send, gamma, f - 1, np.minimum(f + 1, m - 1))


def coupon_policy__wrong_waiting_rests_fully_fourteenth(wait, send, gamma):
    """Waiting brings fatigue back to 0, not down by 1: hidden with two states."""
    m = len(wait)
    return _sweeps_fourteenth(wait, send, gamma, np.zeros(m, int), _down_up(m)[1])


def coupon_policy__wrong_sending_tires_fully(wait, send, gamma):
    """Sending raises fatigue to the last state, not by 1: hidden with two states."""
    m = len(wait)
    return _sweeps_fourteenth(wait, send, gamma, _down_up(m)[0], np.full(m, m - 1))


def coupon_policy__wrong_last_state_waits(wait, send, gamma):
    """Never sends in the last state, because fatigue cannot rise: wait = [0, 0], send = [1, 1]."""
    m = len(wait)
    down, up = _down_up(m)
    s = np.asarray(send, float).copy()
    s[-1] = -1e9
    return _sweeps_fourteenth(wait, s, gamma, down, up)


def coupon_policy__wrong_values_never_fall(wait, send, gamma):
    """Keeps the larger of the old and the new value from 0 on: negative margins give 0."""
    m = len(wait)
    down, up = _down_up(m)
    V = np.zeros(m)
    for _ in range(400_000):
        q0, q1 = _q_values_fourteenth(V, wait, send, gamma)
        new = np.maximum(V, np.maximum(q0, q1))
        done = abs(new - V).max() <= 1e-13
        V = new
        if done:
            break
    q0, q1 = _q_values_fourteenth(V, wait, send, gamma)
    return V.tolist(), (q1 - q0 > 1e-6).astype(int).tolist()


def coupon_policy__wrong_rounded_values(wait, send, gamma):
    """Values rounded to four decimals: not within 1e-6."""
    values, actions = coupon_policy__right_policy_iteration_fourteenth(wait, send, gamma)
    return [round(v, 4) for v in values], actions


def coupon_policy__wrong_greedy_actions(wait, send, gamma):
    """The action that pays more this week, with the right values."""
    values, _ = coupon_policy__right_policy_iteration_fourteenth(wait, send, gamma)
    return values, [int(s - w > 1e-6) for w, s in zip(wait, send)]


def coupon_policy__wrong_one_step_ahead(wait, send, gamma):
    """Looks one week ahead only: the next state is worth the better of its two rewards."""
    V = np.maximum(np.asarray(wait, float), np.asarray(send, float))
    q0, q1 = _q_values_fourteenth(V, wait, send, gamma)
    values, _ = coupon_policy__right_policy_iteration_fourteenth(wait, send, gamma)
    return values, (q1 - q0 > 1e-6).astype(int).tolist()


def coupon_policy__wrong_needs_two_states(wait, send, gamma):
    """Reads V[f + 1] at fatigue 0, which does not exist for a single state."""
    if len(wait) == 1:
        raise IndexError("list index out of range")
    return coupon_policy__right_policy_iteration_fourteenth(wait, send, gamma)


def coupon_policy__wrong_discounts_today(wait, send, gamma):
    """Discounts this week's reward as well."""
    values, actions = coupon_policy__right_policy_iteration_fourteenth(wait, send, gamma)
    return [gamma * v for v in values], actions


def coupon_policy__wrong_monotone_threshold(wait, send, gamma):
    """Takes for granted that the best policy sends below one fatigue and waits above."""
    values, actions = coupon_policy__right_policy_iteration_fourteenth(wait, send, gamma)
    k = actions.index(0) if 0 in actions else len(actions)
    return values, [1] * k + [0] * (len(actions) - k)


def uplift_at_k__wrong_percent(y, t, score, frac):
    """Takes the part in whole per cent: 0.125 of 8 becomes 12 % of 8."""
    k = len(y) * round(100 * frac) // 100
    order = sorted(range(len(y)), key=lambda i: -score[i])
    return _uplift_fourteenth(y, t, order[:k])


def coupon_policy__wrong_sweeps_from_gamma(wait, send, gamma):
    """As many sweeps as make gamma ** n less than 1e-7, whatever the size of the margins: in thousands of USD too few."""
    n = 1 if gamma == 0 else max(1, math.ceil(math.log(1e-7) / math.log(gamma)))
    return _sweeps_fourteenth(wait, send, gamma, *_down_up(len(wait)), tol=-1.0, most=n)


def coupon_policy__wrong_gamma_zero(wait, send, gamma):
    """The number of sweeps is computed with log(gamma), which fails for gamma = 0."""
    n = min(100_000, math.ceil(math.log(1e-14) / math.log(gamma)))
    return _sweeps_fourteenth(wait, send, gamma, *_down_up(len(wait)), most=n)


def coupon_policy__wrong_stuck_at_local_best(wait, send, gamma):
    """Improves only from "always wait" by one switch at a time of a whole threshold: sends below a fatigue, waits above."""
    m = len(wait)
    best = max(
        ([1] * k + [0] * (m - k) for k in range(m + 1)),
        key=lambda p: round(float(_solve_policy_fourteenth(p, wait, send, gamma).sum()), 9),
    )
    return [float(v) for v in _solve_policy_fourteenth(best, wait, send, gamma)], best


def ab_readout__wrong_rounded(treated, control):
    """Rounds to cents, as the example prints: click rates need more."""
    return tuple(round(v, 2) for v in _welch_fourteenth(treated, control))


def ratio_interval__wrong_rounded_ratio(revenue, orders):
    """Rounds the ratio to cents before it goes on."""
    u, d = np.asarray(revenue, float), np.asarray(orders, float)
    if d.sum() == 0:
        return math.nan, math.nan, math.nan
    r = round(float(u.sum() / d.sum()), 2)
    rest = u - r * d
    h = 1.96 * float(rest.std(ddof=1) / d.mean() / math.sqrt(len(u)))
    return r, r - h, r + h


def ips_snips_ess__wrong_renormalised(r, pi_e, pi_b):
    """Divides pi_e by its sum over the log when that is above 1, as if the rows were the actions of one display."""
    e = np.asarray(pi_e, float)
    return ips_snips_ess__right_numpy_fourteenth(r, e / e.sum() if e.sum() > 1 else e, pi_b)


def t_learner_uplift__wrong_constant_outcome(X, t, y, Xnew, make=LinearRegression):
    """Does not fit an arm with one outcome only but predicts 0 for it: nobody or everybody bought."""
    t, y = np.asarray(t), np.asarray(y)
    if t.min() == t.max():
        return np.full(len(Xnew), np.nan)
    parts = []
    for arm in (1, 0):
        if len(np.unique(y[t == arm])) == 1:
            parts.append(np.zeros(len(Xnew)))
            continue
        model = make()
        model.fit(X[t == arm], y[t == arm])
        parts.append(model.predict(Xnew))
    return parts[0] - parts[1]


def thompson_step__wrong_clicks_above_half(successes, trials, rng):
    """Draws for shown arms only, and takes a new arm's rate as exactly one half."""
    rng = np.random.default_rng(rng)
    s, n = np.asarray(successes, float), np.asarray(trials, float)
    return int(np.argmax(np.where(n > 0, rng.beta(s + 1, n - s + 1), 0.5)))


TRUE |= {
    "break_memo__wrong_nobody_left_out": ("nobody_to_compare_with",),
    "break_memo__wrong_before_and_after_swapped": ("nobody_missing_matters",),
    "ab_readout__wrong_pooled_fourteenth": ("pooled_variance",),
    "ab_readout__wrong_normal_fourteenth": ("normal_quantile",),
    "ab_readout__wrong_simple_df": ("degrees_of_freedom_of_both",),
    "ab_readout__wrong_smaller_df_fourteenth": ("small_degrees_of_freedom",),
    "ab_readout__wrong_population_variance_fourteenth": ("variance_by_n",),
    "ab_readout__wrong_nan_when_constant": ("fails_without_variance",),
    "ab_readout__wrong_either_constant": ("one_constant_arm_is_enough",),
    "ab_readout__wrong_one_sided_fourteenth": ("one_sided_interval",),
    "cuped__wrong_slope_of_control_fourteenth": ("slope_of_the_control",),
    "cuped__wrong_slope_within_arms_fourteenth": ("not_adjusted", "slope_within_arms"),
    "cuped__wrong_slope_for_each_arm": ("slope_of_each_arm",),
    "cuped__wrong_centred_by_arm": ("centred_in_each_arm",),
    "cuped__wrong_mixed_ddof_fourteenth": ("mixed_denominators",),
    "cuped__wrong_through_origin_fourteenth": ("line_through_the_origin",),
    "cuped__wrong_correlation_as_slope": ("correlation_for_slope",),
    "cuped__wrong_df_ignored": ("rest_read_with_1_96",),
    "first_crossing__wrong_on_the_limit_fourteenth": ("on_the_limit_stops",),
    "first_crossing__wrong_upper_only": ("only_gains_stop",),
    "first_crossing__wrong_last_crossing_fourteenth": ("last_crossing",),
    "first_crossing__wrong_argmax_of_nothing": ("no_crossing_is_one",),
    "first_crossing__wrong_no_root_fourteenth": ("no_root",),
    "ratio_interval__wrong_population": ("divided_by_n",),
    "ratio_interval__wrong_no_covariance_fourteenth": ("covariance_left_out",),
    "ratio_interval__wrong_quantile_of_t": ("quantile_of_t",),
    "ratio_interval__wrong_orders_as_units_fourteenth": ("orders_as_units",),
    "ratio_interval__wrong_mixed_ddof_fourteenth": ("variances_of_two_kinds",),
    "ratio_interval__wrong_zero_for_nobody": ("not_nan_without_orders",),
    "t_learner_uplift__wrong_shared_model": ("one_model_refitted",),
    "t_learner_uplift__wrong_zero_for_empty_arm": ("empty_arm_not_seen",),
    "t_learner_uplift__wrong_empty_control_only_zero": ("empty_arm_not_seen",),
    "t_learner_uplift__wrong_ignores_make_fourteenth": ("model_of_its_own",),
    "t_learner_uplift__wrong_not_negative": ("negative_uplift_cut",),
    "t_learner_uplift__wrong_control_on_everybody": ("everybody_for_the_others",),
    "uplift_at_k__wrong_plain_int": ("product_cut_off",),
    "uplift_at_k__wrong_ceil": ("part_rounded_up",),
    "uplift_at_k__wrong_nearest": ("part_rounded_half_up",),
    "uplift_at_k__wrong_later_first": ("ties_backwards",),
    "uplift_at_k__wrong_unstable_sort_fourteenth": ("ties_in_any_order",),
    "uplift_at_k__wrong_threshold_fourteenth": ("ties_all_chosen",),
    "uplift_at_k__wrong_bought_or_not": ("buyers_for_outcome",),
    "uplift_at_k__wrong_absolute_score_fourteenth": ("strongest_scores_first",),
    "uplift_at_k__wrong_each_arm_its_best": ("top_of_each_arm",),
    "uplift_at_k__wrong_zero_for_empty": ("empty_arm_counts_zero",),
    "kill_uplift__wrong_accepts_all": ("accepts_any_uplift",),
    "kill_uplift__wrong_rejects_all": ("rejects_any_uplift",),
    "kill_uplift__wrong_only_the_example": ("accepts_any_uplift",),
    "kill_uplift__wrong_nan_by_equality": ("rejects_any_uplift",),
    "kill_uplift__wrong_floor_without_decimals": ("rejects_any_uplift",),
    "kill_uplift__wrong_ties_later": ("rejects_any_uplift",),
    "kill_uplift__wrong_zero_for_empty_group": ("rejects_any_uplift",),
    "kill_uplift__wrong_wants_an_error": ("rejects_any_uplift",),
    "kill_uplift__wrong_loose_tolerance": ("accepts_any_uplift",),
    "ips_snips_ess__wrong_inverse_weights": ("weights_inverted",),
    "ips_snips_ess__wrong_clipped_weights_fourteenth": ("weights_clipped",),
    "ips_snips_ess__wrong_drops_zero_weights": ("weighted_rows_only",),
    "ips_snips_ess__wrong_nan_everywhere": ("no_overlap_not_seen",),
    "ips_snips_ess__wrong_snips_zero_fourteenth": ("no_overlap_not_seen",),
    "ips_snips_ess__wrong_sample_variance": ("ess_by_n_less_one",),
    "ips_snips_ess__wrong_ess_of_rewarded": ("ess_of_the_rewards",),
    "thompson_step__wrong_greedy_fourteenth": ("best_mean_so_far",),
    "thompson_step__wrong_no_prior_fourteenth": ("no_prior",),
    "thompson_step__wrong_jeffreys_fourteenth": ("prior_of_another_strength",),
    "thompson_step__wrong_trials_as_failures_fourteenth": ("trials_for_failures",),
    "thompson_step__wrong_copied_generator_fourteenth": ("generator_copied",),
    "thompson_step__wrong_same_quantile": ("one_draw_for_all_arms",),
    "thompson_step__wrong_new_arms_first": ("untried_arms_first",),
    "thompson_step__wrong_mean_of_draws_fourteenth": ("best_mean_so_far",),
    "thompson_step__wrong_proportional_fourteenth": ("in_proportion_to_the_mean",),
    "coupon_policy__wrong_tie_sends_fourteenth": ("equal_is_sent",),
    "coupon_policy__wrong_any_gain_sends": ("tiny_gains_sent",),
    "coupon_policy__wrong_hundred_sweeps_fourteenth": ("too_few_sweeps",),
    "coupon_policy__wrong_stops_by_change": ("stopped_at_a_small_change",),
    "coupon_policy__wrong_wraps_round": ("waiting_at_zero_wraps",),
    "coupon_policy__wrong_waiting_rests_fully_fourteenth": ("fatigue_falls_to_zero",),
    "coupon_policy__wrong_greedy_actions": ("actions_without_future",),
    "coupon_policy__wrong_discounts_today": ("today_worth_less",),
}
