"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import copy
import math

import numpy as np
from scipy import stats

from solutions.experiments_and_bandits import reference

# ---- break_memo -----------------------------------------------------------------------------

# Each memo differs from the correct one by one decision, so that each is one mistake.


def _mean(values):
    return sum(values) / len(values) if values else float("nan")


def _memo(defect, households, log):
    if defect == "buyers_only":
        households = [each for each in households if each[2] > 0]
    start = 2 if defect == "post_only" else 1
    change = {
        group: _mean(
            [each[2] - (each[1] if start == 1 else 0) for each in households if each[0] == group]
        )
        for group in (0, 1)
    }
    effect = change[1] if defect == "recipients_only" else change[1] - change[0]
    half = len(log) // 2
    choosing = log if defect == "arm_from_whole_log" else log[:half]
    measuring = log[:half] if defect == "rate_in_sample" else log[half:]
    best = sum if defect == "arm_by_clicks" else _mean
    arms = sorted({arm for arm, _ in choosing})
    arm = max(arms, key=lambda arm: best([click for a, click in choosing if a == arm]))
    return effect, arm, _mean([click for a, click in measuring if a == arm])


def correct(households, log):
    """The memo without a defect, by the same steps as the flawed ones."""
    return _memo(None, households, log)


def post_only(households, log):
    """Only the spending after the campaign was compared, so the gap from before is called an
    effect.
    """
    return _memo("post_only", households, log)


def recipients_only(households, log):
    """Recipients were compared with themselves before, so the season is called an effect."""
    return _memo("recipients_only", households, log)


def buyers_only(households, log):
    """Households that spent nothing afterwards were left out."""
    return _memo("buyers_only", households, log)


def arm_by_clicks(households, log):
    """The arm with most clicks was chosen. It may only have been shown most often."""
    return _memo("arm_by_clicks", households, log)


def arm_from_whole_log(households, log):
    """The arm was chosen on all rows, also on those that were kept to measure it."""
    return _memo("arm_from_whole_log", households, log)


def rate_in_sample(households, log):
    """The rate was computed on the rows that chose the arm, where the winner had luck."""
    return _memo("rate_in_sample", households, log)


FLAWED = {
    function.__name__: function
    for function in (
        post_only,
        recipients_only,
        buyers_only,
        arm_by_clicks,
        arm_from_whole_log,
        rate_in_sample,
    )
}

_EVEN = [(0, 1), (0, 1)]


def data_that_shows_nothing(defect):
    """On your data the correct and the flawed memo agree for nearly all defects: one arm, groups
    that began alike, others that did not change. For each defect, ask what must differ.
    """
    return [(1, 5, 9), (0, 5, 5)], _EVEN


def nobody_to_compare_with(defect):
    """All households were sent the campaign. At least one must not have been."""
    return [(1, 10, 20), (1, 5, 9)], _EVEN


def household_of_other_length(defect):
    """A household is three numbers: sent or not, spending before, spending after."""
    return [(1, 20), (0, 5)], _EVEN


def a_whole_campaign(defect):
    """Your data are too long to check by hand: at most 8 households and 12 rows."""
    return [(1, 50, 60), (0, 20, 10)] * 20, [(0, 1), (1, 0)] * 30


def not_two_values(defect):
    """Return two values: the households and the log."""
    return [(1, 50, 60), (0, 20, 10), (0, 30, 30)]


def _but(defect, households=None, log=None):
    """The right answer, but with other data for one defect."""

    def answer(asked):
        right = reference.break_memo(asked)
        return (households or right[0], log or right[1]) if asked == defect else right

    return answer


def groups_began_alike(defect):
    """On your data for ``post_only`` both groups spent the same before the campaign, on average. So
    the difference afterwards is the difference in differences.
    """
    return _but("post_only", [(1, 50, 90), (0, 50, 60)])(defect)


groups_began_alike__no_change = _but("post_only", [(1, 50, 90), (0, 50, 50)])
groups_began_alike__somebody_silent = _but("post_only", [(1, 50, 0), (1, 50, 90), (0, 50, 60)])


def others_did_not_change(defect):
    """On your data for ``recipients_only`` the mean change of the others is 0. So the change of the
    recipients is the whole effect.
    """
    return _but("recipients_only", [(1, 10, 30), (0, 80, 80)])(defect)


others_did_not_change__began_alike = _but("recipients_only", [(1, 10, 30), (0, 10, 10)])
others_did_not_change__somebody_silent = _but(
    "recipients_only", [(1, 10, 30), (1, 10, 0), (0, 80, 80)]
)


def nobody_missing_matters(defect):
    """On your data for ``buyers_only`` the effect is the same without the households that spent
    nothing after the campaign, or there are none.
    """
    return _but("buyers_only", [(1, 50, 60), (0, 10, 20)])(defect)


nobody_missing_matters__others_unchanged = _but("buyers_only", [(1, 50, 60), (0, 10, 10)])
nobody_missing_matters__began_alike = _but("buyers_only", [(1, 10, 60), (0, 10, 10)])
nobody_missing_matters__began_alike_and_changed = _but("buyers_only", [(1, 10, 60), (0, 10, 20)])


def same_arm_by_clicks(defect):
    """On your data for ``arm_by_clicks`` the arm with most clicks in the first half is also the one
    with the highest click rate there; of equal ones the lowest number counts. So both memos choose
    the same arm.
    """
    return _but("arm_by_clicks", log=[(0, 1), (0, 1), (1, 1), (1, 0), (0, 1), (1, 1)] * 2)(defect)


def same_arm_from_whole_log(defect):
    """On your data for ``arm_from_whole_log`` the arm with the highest click rate in the first half
    also has it in both halves together. So both memos choose the same arm.
    """
    return _but("arm_from_whole_log", log=[(0, 1), (1, 0), (0, 1), (1, 0)])(defect)


def same_rate_in_both_halves(defect):
    """On your data for ``rate_in_sample`` the chosen arm has the same click rate in both halves."""
    return _but("rate_in_sample", log=[(0, 1), (1, 0), (0, 1), (1, 0)])(defect)


# The same, beside other data that show something else or nothing.
_ONE_ARM = [(0, 1), (1, 0), (0, 1), (1, 0)]
_WORSE = [(0, 1), (1, 0), (0, 0), (1, 0)]
_WHOLE = [(0, 1), (0, 0), (1, 0), (0, 1), (0, 0), (0, 1), (0, 0), (1, 1), (1, 1), (1, 1)]
_ALL = [(0, 1), (0, 0), (1, 0), (1, 1), (1, 1), (0, 0)]
_CLICKS = [(0, 1), (0, 1), (0, 0), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)]
_CLICKS_WORSE = [(0, 1), (0, 1), (0, 0), (1, 1), (1, 0), (0, 0), (0, 0), (0, 0)]
for _name, _defect, _logs in (
    ("same_arm_by_clicks", "arm_by_clicks", (_ONE_ARM, _WORSE, _WHOLE, _ALL)),
    ("same_arm_from_whole_log", "arm_from_whole_log", (_ONE_ARM, _WORSE, _CLICKS, _CLICKS_WORSE)),
    ("same_rate_in_both_halves", "rate_in_sample", (_ONE_ARM, _WHOLE, _CLICKS)),
):
    for _number, _log in enumerate(_logs):
        globals()[f"{_name}__alike_{_number}"] = _but(_defect, [(1, 10, 10), (0, 10, 10)], _log)
        globals()[f"{_name}__unlike_{_number}"] = _but(_defect, None, _log)

# Data that are not allowed may be returned for one defect alone.
for _defect in FLAWED:
    globals()[f"nobody_to_compare_with__in_{_defect}"] = _but(_defect, [(1, 10, 20), (1, 5, 9)])


# ---- ab_readout -----------------------------------------------------------------------------


def _interval(difference, half):
    return float(difference), float(difference - half), float(difference + half)


def _arms(treated, control):
    return np.asarray(treated, dtype=float), np.asarray(control, dtype=float)


def control_less_treated(treated, control):
    """The sign is reversed. The difference is treated less control."""
    return reference.ab_readout(control, treated)


def ratio_of_means(treated, control):
    """You divided the means. A difference is asked for, in the units of the metric."""
    t, c = _arms(treated, control)
    _, low, high = reference.ab_readout(treated, control)
    return t.mean() / c.mean() - 1, low / c.mean(), high / c.mean()


def spread_for_error(treated, control):
    """Your interval is as wide as single customers differ. The mean of many customers is known
    better: divide each variance by its n.
    """
    t, c = _arms(treated, control)
    half = 1.96 * math.sqrt(t.var(ddof=1) + c.var(ddof=1))
    return _interval(t.mean() - c.mean(), half)


def pooled_variance(treated, control):
    """You used one variance for both arms. Welch keeps one for each arm."""
    t, c = _arms(treated, control)
    nu = len(t) + len(c) - 2
    pooled = ((len(t) - 1) * t.var(ddof=1) + (len(c) - 1) * c.var(ddof=1)) / nu
    half = stats.t.ppf(0.975, nu) * math.sqrt(pooled * (1 / len(t) + 1 / len(c)))
    return _interval(t.mean() - c.mean(), half)


def normal_quantile(treated, control):
    """You used the normal quantile, 1.96. With few units the quantile of t is larger."""
    t, c = _arms(treated, control)
    half = 1.96 * math.sqrt(t.var(ddof=1) / len(t) + c.var(ddof=1) / len(c))
    return _interval(t.mean() - c.mean(), half)


def variance_by_n(treated, control):
    """You divided the squared deviations by n. A sample variance divides by n - 1 (``ddof=1``)."""
    t, c = _arms(treated, control)
    v_t, v_c = t.var() / len(t), c.var() / len(c)
    if v_t + v_c == 0:
        return _interval(t.mean() - c.mean(), 0.0)
    nu = (v_t + v_c) ** 2 / (v_t**2 / (len(t) - 1) + v_c**2 / (len(c) - 1))
    return _interval(t.mean() - c.mean(), stats.t.ppf(0.975, nu) * math.sqrt(v_t + v_c))


def one_sided_interval(treated, control):
    """That is a 90 % interval: you left 5 % beyond each end. A 95 % interval leaves 2.5 %."""
    t, c = _arms(treated, control)
    v_t, v_c = t.var(ddof=1) / len(t), c.var(ddof=1) / len(c)
    if v_t + v_c == 0:
        return _interval(t.mean() - c.mean(), 0.0)
    nu = (v_t + v_c) ** 2 / (v_t**2 / (len(t) - 1) + v_c**2 / (len(c) - 1))
    return _interval(t.mean() - c.mean(), stats.t.ppf(0.95, nu) * math.sqrt(v_t + v_c))


def _welch_but(treated, control, spread, nu=None):
    """Welch's interval, but with another standard error or other degrees of freedom."""
    t, c = _arms(treated, control)
    v_t, v_c = t.var(ddof=1) / len(t), c.var(ddof=1) / len(c)
    if v_t + v_c == 0:
        return _interval(t.mean() - c.mean(), 0.0)
    welch = (v_t + v_c) ** 2 / (v_t**2 / (len(t) - 1) + v_c**2 / (len(c) - 1))
    half = stats.t.ppf(0.975, nu or welch) * spread(v_t, v_c, len(t), len(c))
    return _interval(t.mean() - c.mean(), half)


def degrees_of_freedom_of_both(treated, control):
    """Your degrees of freedom are those of both arms together, ``n_t + n_c - 2``. Welch's are fewer
    where the variances differ.
    """
    nu = len(treated) + len(control) - 2
    return _welch_but(treated, control, lambda v_t, v_c, *_: math.sqrt(v_t + v_c), nu)


def errors_added(treated, control):
    """You added the two standard errors. The variances of the means must be added, and then the
    root taken.
    """
    return _welch_but(treated, control, lambda v_t, v_c, *_: math.sqrt(v_t) + math.sqrt(v_c))


def one_size_for_both(treated, control):
    """You divided both variances by the size of one arm. Divide each by its own."""
    return _welch_but(treated, control, lambda v_t, v_c, n, m: math.sqrt(v_t + v_c * m / n))


def one_size_for_both__of_the_control(treated, control):
    return _welch_but(treated, control, lambda v_t, v_c, n, m: math.sqrt(v_t * n / m + v_c))


def one_size_for_both__of_all(treated, control):
    return _welch_but(
        treated, control, lambda v_t, v_c, n, m: math.sqrt((v_t * n + v_c * m) / (n + m))
    )


def spread_for_error__by_t(treated, control):
    return _welch_but(treated, control, lambda v_t, v_c, n, m: math.sqrt(v_t * n + v_c * m))


def root_forgotten(treated, control):
    """You took the variance of the difference for its standard error: the root is missing."""
    return _welch_but(treated, control, lambda v_t, v_c, *_: v_t + v_c)


def width_for_ends(treated, control):
    """You returned half the width of the interval. Its two ends are asked for."""
    difference, low, high = reference.ab_readout(treated, control)
    return difference, (high - low) / 2, (high - low) / 2


def width_for_ends__with_signs(treated, control):
    difference, low, high = reference.ab_readout(treated, control)
    return difference, low - difference, high - difference


def one_standard_error(treated, control):
    """Your interval is one standard error to each side. That is no 95 % interval."""
    t, c = _arms(treated, control)
    half = math.sqrt(t.var(ddof=1) / len(t) + c.var(ddof=1) / len(c))
    return _interval(t.mean() - c.mean(), half)


def fails_without_variance(treated, control):
    """Where no arm varies the degrees of freedom are 0 / 0. There both ends must be the
    difference.
    """
    difference, low, high = reference.ab_readout(treated, control)
    if low == high:
        return difference, math.nan, math.nan
    return difference, low, high


def fails_without_variance__all_three(treated, control):
    if np.ptp(treated) == 0 and np.ptp(control) == 0:
        return math.nan, math.nan, math.nan
    return reference.ab_readout(treated, control)


def fails_without_variance__error(treated, control):
    if np.ptp(treated) == 0 and np.ptp(control) == 0:
        raise ZeroDivisionError("division by zero")
    return reference.ab_readout(treated, control)


def one_constant_arm_is_enough(treated, control):
    """Where one arm does not vary you returned no interval. The other arm still varies."""
    if np.ptp(treated) == 0 or np.ptp(control) == 0:
        t, c = _arms(treated, control)
        return _interval(t.mean() - c.mean(), 0.0)
    return reference.ab_readout(treated, control)


def small_degrees_of_freedom(treated, control):
    """Your degrees of freedom are those of the smaller arm. Welch's lie between that number and
    those of both arms together.
    """
    t, c = _arms(treated, control)
    half = stats.t.ppf(0.975, min(len(t), len(c)) - 1)
    half *= math.sqrt(t.var(ddof=1) / len(t) + c.var(ddof=1) / len(c))
    return _interval(t.mean() - c.mean(), half)


# ---- cuped ----------------------------------------------------------------------------------


def _read(rest, t):
    is_treated = np.asarray(t) == 1
    return reference.ab_readout(rest[is_treated], rest[~is_treated])


def _floats(*arrays):
    return tuple(np.asarray(each, dtype=float) for each in arrays)


def _slope(x, y):
    x, y = _floats(x, y)
    return float(np.cov(x, y)[0, 1] / x.var(ddof=1)) if np.ptp(x) > 0 else 0.0


def not_adjusted(y, x, t):
    """You read the outcome as it is. The part that ``x`` explains must be subtracted first."""
    return _read(np.asarray(y, dtype=float), t)


def change_for_rest(y, x, t):
    """You subtracted ``x`` itself: a slope of 1, as in difference in differences. The slope must be
    the one that leaves the least variance.
    """
    y, x = _floats(y, x)
    return _read(y - x, t)


def slope_upside_down(y, x, t):
    """You divided by the variance of ``y``. That is the slope of ``x`` on ``y``."""
    y, x = _floats(y, x)
    return _read(y - _slope(y, x) * x, t)


def correlation_for_slope(y, x, t):
    """You used the correlation as the slope. The slope also depends on the units of both."""
    y, x = _floats(y, x)
    r = np.corrcoef(x, y)[0, 1] if np.ptp(x) > 0 and np.ptp(y) > 0 else 0.0
    return _read(y - r * x, t)


def centred_in_each_arm(y, x, t):
    """You centred ``x`` in each arm. Then the difference of the arms before the experiment, the
    noise that CUPED should remove, stays in the result.
    """
    y, x = _floats(y, x)
    is_treated = np.asarray(t) == 1
    centred = x - np.where(is_treated, x[is_treated].mean(), x[~is_treated].mean())
    return _read(y - _slope(x, y) * centred, t)


def slope_of_the_control(y, x, t):
    """You learned the slope on the untreated units alone. It must be one slope over both arms."""
    y, x = _floats(y, x)
    control = np.asarray(t) != 1
    return _read(y - _slope(x[control], y[control]) * x, t)


def slope_of_each_arm(y, x, t):
    """In your answer each arm has a slope of its own. It must be one slope over both arms
    together.
    """
    y, x = _floats(y, x)
    is_treated = np.asarray(t) == 1
    slopes = [_slope(x[arm], y[arm]) for arm in (is_treated, ~is_treated)]
    return _read(y - np.where(is_treated, *slopes) * (x - x.mean()), t)


def _with_slope(y, x, t, slope):
    """What is left after another slope; the past of all units is centred."""
    y, x = _floats(y, x)
    return _read(y - (slope(y, x) if np.ptp(x) > 0 else 0.0) * (x - x.mean()), t)


def slope_within_arms(y, x, t):
    """Your slope comes from a regression on the past *and* the treatment. It must be that of a
    straight line in ``x`` alone, over both arms together.
    """
    columns = np.column_stack([np.ones(len(t)), np.asarray(x, float), np.asarray(t, float)])
    return _with_slope(y, x, t, lambda y, x: np.linalg.lstsq(columns, y, rcond=None)[0][1])


def line_through_the_origin(y, x, t):
    """Your line goes through the origin. Its slope must be covariance per variance, with both
    centred.
    """
    return _with_slope(y, x, t, lambda y, x: (x @ y) / (x @ x))


def explained_part_added(y, x, t):
    """You added the part that the past explains. Subtract it."""
    return _with_slope(y, x, t, lambda y, x: -_slope(x, y))


def signs_turned_round(y, x, t):
    """The sign is reversed. The difference is treated less control."""
    return reference.cuped(y, x, [1 - int(each) for each in t])


def rest_read_with_1_96(y, x, t):
    """The difference is right, but the interval is not that of ``ab_readout``: you took 1.96 for
    the quantile of t.
    """
    y, x = _floats(y, x)
    rest, is_treated = y - _slope(x, y) * x, np.asarray(t) == 1
    return normal_quantile(rest[is_treated], rest[~is_treated])


def interval_of_the_outcome(y, x, t):
    """The difference is corrected, but the interval has the width of the outcome as it is. Read
    what is left for both.
    """
    difference, *_ = reference.cuped(y, x, t)
    raw, low, high = not_adjusted(y, x, t)
    return difference, difference + low - raw, difference + high - raw


def arms_as_positions(y, x, t):
    """You used 0 and 1 as positions, so units 0 and 1 are taken again and again. Choose an arm by
    ``t == 1``.
    """
    y, x = _floats(y, x)
    rest, t = y - _slope(x, y) * (x - x.mean()), np.asarray(t, dtype=int)
    return reference.ab_readout(rest[t], rest[1 - t])


def silent_before_dropped(y, x, t):
    """Units with ``x`` = 0 were dropped. They were part of the experiment and must stay."""
    y, x = _floats(y, x)
    t, known = np.asarray(t), x != 0
    if min((t[known] == 1).sum(), (t[known] != 1).sum()) < 2:
        return _read(y, t)
    return _read((y - _slope(x[known], y[known]) * x)[known], t[known])


def ratio_of_the_means(y, x, t):
    """You scaled ``x`` by the ratio of the means. The slope must be the one that leaves the least
    variance.
    """
    y, x = _floats(y, x)
    return _read(y - (y.mean() / x.mean() if x.mean() else 0.0) * x, t)


def mixed_denominators(y, x, t):
    """Covariance and variance were divided by different numbers, one by n - 1 and one by n."""
    y, x = _floats(y, x)
    theta = np.cov(x, y)[0, 1] / x.var() if np.ptp(x) > 0 else 0.0
    return _read(y - theta * x, t)


def fails_on_a_constant_past(y, x, t):
    """Where ``x`` does not vary you divided by 0. There the slope must be 0."""
    if np.ptp(np.asarray(x, dtype=float)) == 0:
        return float("nan"), float("nan"), float("nan")
    return reference.cuped(y, x, t)


# ---- first_crossing -------------------------------------------------------------------------


def _first(beyond):
    beyond = np.asarray(beyond)
    return int(np.argmax(beyond)) + 1 if beyond.any() else 0


def _limits(z, c):
    n_looks = len(z)
    return c * np.sqrt(n_looks / np.arange(1, n_looks + 1)) * (1 + 1e-9)


def same_limit_each_time(z, c):
    """You used the same limit at every look. Then nothing makes up for looking often: the limit
    must be high at first.
    """
    return _first(np.abs(z) > c * (1 + 1e-9))


def only_gains_stop(z, c):
    """You stop for positive z only. A harmful treatment must stop the experiment too."""
    return _first(np.asarray(z, dtype=float) > _limits(z, c))


def limits_that_rise(z, c):
    """Your limits rise from look to look. They must fall, and reach ``c`` at the last one."""
    looks = np.arange(1, len(z) + 1)
    return _first(np.abs(z) > c * np.sqrt(looks / len(z)) * (1 + 1e-9))


def counted_from_zero(z, c):
    """You counted the looks from 0. Count from 1: then 0 is free to mean "none"."""
    beyond = np.abs(z) > _limits(z, c)
    return int(np.argmax(beyond)) if beyond.any() else 0


def last_look_only(z, c):
    """You looked at the last statistic alone. An earlier look may have crossed its limit."""
    return len(z) if len(z) and abs(z[-1]) > c * (1 + 1e-9) else 0


def no_root(z, c):
    """Your limits fall in proportion to the look. They must fall with its square root."""
    looks = np.arange(1, len(z) + 1)
    return _first(np.abs(z) > c * len(z) / looks * (1 + 1e-9))


def limits_from_the_first_look(z, c):
    """Your limit is ``c`` at the *first* look and falls below it. It must be ``c`` at the last."""
    return _first(np.abs(z) > c / np.sqrt(np.arange(1, len(z) + 1)))


def limit_of_the_next_look(z, c):
    """You compared each look with the limit of the next one."""
    n_looks = len(z)
    return _first(np.abs(z) > c * np.sqrt(n_looks / np.arange(2, n_looks + 2)))


def no_crossing_is_one(z, c):
    """Where no limit is crossed you returned 1. ``argmax`` of nothing but False is 0: ask first
    whether there is any.
    """
    return reference.first_crossing(z, c) or 1


def no_crossing_is_minus_one(z, c):
    """Where no limit is crossed you returned -1. There the answer must be 0."""
    return reference.first_crossing(z, c) or -1


def last_crossing(z, c):
    """You returned the last look beyond its limit. The *first* one must count."""
    beyond = np.flatnonzero(np.abs(z) > _limits(z, c))
    return int(beyond[-1]) + 1 if len(beyond) else 0


def number_of_crossings(z, c):
    """You counted the looks beyond their limits. The number of the first one is asked for."""
    return int(np.count_nonzero(np.abs(z) > _limits(z, c)))


def same_limit_each_time__1_96(z, c):
    return _first(np.abs(z) > 1.96)


def largest_statistic__alone(z, c):
    at = int(np.argmax(np.abs(z)))
    return at + 1 if abs(z[at]) > _limits(z, c)[at] else 0


def largest_statistic(z, c):
    """You returned the look with the largest statistic. The *first* one beyond its limit must
    count.
    """
    beyond = np.abs(z) > _limits(z, c)
    if not beyond.any():
        return 0
    return int(np.argmax(np.where(beyond, np.abs(z), -1.0))) + 1


def none_is_the_last_look(z, c):
    """Where no limit is crossed you returned the last look. There the answer must be 0."""
    return reference.first_crossing(z, c) or len(z)


def on_the_limit_stops(z, c):
    """You stop where z is exactly on its limit. It must be beyond it."""
    return _first(np.abs(z) >= _limits(z, c) / (1 + 1e-9) * (1 - 1e-9))


# ---- ratio_interval -------------------------------------------------------------------------


def _ratio(ratio, se):
    return float(ratio), float(ratio - 1.96 * se), float(ratio + 1.96 * se)


_NOTHING = (float("nan"),) * 3


def mean_of_own_ratios(revenue, orders):
    """You averaged the ratio of each household. That answers another question: there a household
    with one order counts as much as one with forty.
    """
    u, d = _floats(revenue, orders)
    own = u[d > 0] / d[d > 0]
    if len(own) < 2:
        return _NOTHING if not len(own) else _ratio(own.mean(), 0.0)
    return _ratio(own.mean(), own.std(ddof=1) / math.sqrt(len(own)))


def covariance_left_out(revenue, orders):
    """You added the variances of revenue and orders as if they were independent. Households with
    more orders have more revenue: the covariance belongs to the standard error.
    """
    u, d = _floats(revenue, orders)
    if d.sum() == 0:
        return _NOTHING
    r = u.sum() / d.sum()
    return _ratio(r, math.sqrt((u.var(ddof=1) + r**2 * d.var(ddof=1)) / len(d)) / d.mean())


def orders_fixed(revenue, orders):
    """You took the number of orders as fixed, so only revenue varies. A household's orders vary
    too.
    """
    u, d = _floats(revenue, orders)
    if d.sum() == 0:
        return _NOTHING
    return _ratio(u.sum() / d.sum(), u.std(ddof=1) / d.mean() / math.sqrt(len(d)))


def orders_as_units(revenue, orders):
    """You divided by the root of the number of *orders*, as if they were independent. The unit is
    the household.
    """
    u, d = _floats(revenue, orders)
    if d.sum() == 0:
        return _NOTHING
    r = u.sum() / d.sum()
    return _ratio(r, np.std(u - r * d, ddof=1) / d.mean() / math.sqrt(d.sum()))


def silent_households_dropped(revenue, orders):
    """Households without an order were dropped. They belong to the data, and change the error a
    little.
    """
    u, d = _floats(revenue, orders)
    if d.sum() == 0:
        return _NOTHING
    kept = d > 0
    r = u.sum() / d.sum()
    if kept.sum() < 2:
        return _ratio(r, 0.0)
    rest = (u - r * d)[kept]
    return _ratio(r, np.std(rest, ddof=1) / d[kept].mean() / math.sqrt(kept.sum()))


def spread_of_households(revenue, orders):
    """Your interval is as wide as households differ. Divide by the root of their number."""
    u, d = _floats(revenue, orders)
    if d.sum() == 0:
        return _NOTHING
    r = u.sum() / d.sum()
    return _ratio(r, np.std(u - r * d, ddof=1) / d.mean())


def not_divided_by_mean_orders(revenue, orders):
    """That is the standard error of the mean revenue left over per household. Per *order* it must
    be divided by the mean number of orders.
    """
    u, d = _floats(revenue, orders)
    if d.sum() == 0:
        return _NOTHING
    r = u.sum() / d.sum()
    return _ratio(r, np.std(u - r * d, ddof=1) / math.sqrt(len(d)))


def _half_from(revenue, orders, error):
    """The right ratio with another standard error."""
    u, d = _floats(revenue, orders)
    if d.sum() == 0:
        return _NOTHING
    return _ratio(u.sum() / d.sum(), error(u, d, u.sum() / d.sum()))


def covariance_counted_once(revenue, orders):
    """You subtracted the covariance once. It enters the variance of ``u - ratio * d`` twice."""
    return _half_from(
        revenue,
        orders,
        lambda u, d, r: (
            math.sqrt(
                max(0.0, u.var(ddof=1) + r**2 * d.var(ddof=1) - r * np.cov(u, d)[0, 1]) / len(d)
            )
            / d.mean()
        ),
    )


def variances_of_two_kinds(revenue, orders):
    """Variances and covariance were divided by different numbers: ``numpy.var`` divides by n and
    ``numpy.cov`` by n - 1.
    """
    return _half_from(
        revenue,
        orders,
        lambda u, d, r: (
            math.sqrt(max(0.0, u.var() + r**2 * d.var() - 2 * r * np.cov(u, d)[0, 1]) / len(d))
            / d.mean()
        ),
    )


def quantile_of_t(revenue, orders):
    """Your ends are a quantile of t away. The docstring asks for 1.96 standard errors."""
    ratio, low, high = reference.ratio_interval(revenue, orders)
    wider = stats.t.ppf(0.975, len(orders) - 1) / 1.96
    return ratio, ratio - (ratio - low) * wider, ratio + (high - ratio) * wider


def one_error_to_each_side(revenue, orders):
    """Your ends are one standard error away. They must be 1.96 standard errors away."""
    ratio, low, high = reference.ratio_interval(revenue, orders)
    return ratio, ratio - (ratio - low) / 1.96, ratio + (high - ratio) / 1.96


def not_nan_without_orders__error(revenue, orders):
    if not np.sum(orders):
        raise ZeroDivisionError("division by zero")
    return reference.ratio_interval(revenue, orders)


def spread_of_own_ratios(revenue, orders):
    """Your error is the spread of the households' own ratios. A household with one order counts in
    it as much as one with forty.
    """

    def error(u, d, r):
        own = u[d > 0] / d[d > 0]
        return math.sqrt(((own - r) ** 2).sum() / max(len(own) - 1, 1) / len(own))

    return _half_from(revenue, orders, error)


def divided_by_n(revenue, orders):
    """You divided the squared deviations by n. A sample variance divides by n - 1 (``ddof=1``)."""
    u, d = _floats(revenue, orders)
    if d.sum() == 0:
        return _NOTHING
    r = u.sum() / d.sum()
    return _ratio(r, np.std(u - r * d) / d.mean() / math.sqrt(len(d)))


def not_nan_without_orders(revenue, orders):
    """Where nobody ordered your answer is not NaN three times. There is no ratio: all three numbers
    must be NaN, not 0.
    """
    return (0.0, 0.0, 0.0) if not np.sum(orders) else reference.ratio_interval(revenue, orders)


# ---- t_learner_uplift -----------------------------------------------------------------------


def _fit(make, X, y):
    return make().fit(np.asarray(X), np.asarray(y))


def _both_arms(t):
    return (np.asarray(t) == 1).any() and (np.asarray(t) != 1).any()


def old_customers_scored(X, t, y, Xnew, make=reference.LinearRegression):
    """You scored the customers of ``X``. Those of ``Xnew`` are to be scored."""
    return reference.t_learner_uplift(X, t, y, X, make)


def everybody_for_the_others(X, t, y, Xnew, make=reference.LinearRegression):
    """Your second model learned from all customers, the treated among them. It must learn from the
    untreated alone.
    """
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    arm = np.asarray(t) == 1
    return _fit(make, X[arm], y[arm]).predict(Xnew) - _fit(make, X, y).predict(Xnew)


def empty_arm_not_seen(X, t, y, Xnew, make=reference.LinearRegression):
    """Where an arm is empty your answer fails or returns numbers. Nothing can be compared there:
    every uplift must be NaN, one for each new customer.
    """
    if not _both_arms(t):
        raise ValueError("Found array with 0 sample(s)")
    return reference.t_learner_uplift(X, t, y, Xnew, make)


def empty_arm_not_seen__zeros(X, t, y, Xnew, make=reference.LinearRegression):
    uplift = reference.t_learner_uplift(X, t, y, Xnew, make)
    return np.nan_to_num(uplift)


def empty_arm_not_seen__least_squares(X, t, y, Xnew, make=reference.LinearRegression):
    arm = np.asarray(t) == 1
    return _fit(make, X[arm], y[arm]).predict(Xnew) - _fit(make, X[~arm], y[~arm]).predict(Xnew)


def empty_arm_not_seen__no_treated_only(X, t, y, Xnew, make=reference.LinearRegression):
    if not (np.asarray(t) == 1).any():
        return np.full(len(Xnew), np.nan)
    return empty_arm_not_seen__least_squares(X, t, y, Xnew, make)


def single_nan(X, t, y, Xnew, make=reference.LinearRegression):
    """Where an arm is empty you returned a single NaN. There must be one for each new customer."""
    if not _both_arms(t):
        return float("nan")
    return reference.t_learner_uplift(X, t, y, Xnew, make)


def same_for_everybody(X, t, y, Xnew, make=reference.LinearRegression):
    """You gave everybody the mean effect. Each customer must have an uplift by two models."""
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    arm = np.asarray(t) == 1
    return np.full(len(Xnew), np.mean(y[arm]) - np.mean(y[~arm]))


def ratio_for_uplift(X, t, y, Xnew, make=reference.LinearRegression):
    """You divided the two predictions. The uplift is their difference."""
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    arm = np.asarray(t) == 1
    with_it, without = (_fit(make, X[a], y[a]).predict(Xnew) for a in (arm, ~arm))
    return with_it / without - 1


def ratio_for_uplift__itself(X, t, y, Xnew, make=reference.LinearRegression):
    return ratio_for_uplift(X, t, y, Xnew, make) + 1


def transformed_outcome(X, t, y, Xnew, make=reference.LinearRegression):
    """You fitted one model to a transformed outcome. That is another estimate of uplift; two models
    are asked for.
    """
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    share = np.mean(t)
    return _fit(make, X, y * (t - share) / (share * (1 - share))).predict(Xnew)


def negative_uplift_cut(X, t, y, Xnew, make=reference.LinearRegression):
    """You set negative uplift to 0. A coupon may put customers off, and then uplift is negative."""
    return np.maximum(reference.t_learner_uplift(X, t, y, Xnew, make), 0)


def outcome_for_uplift(X, t, y, Xnew, make=reference.LinearRegression):
    """That is how likely a customer is to buy, whether treated or not. Uplift is what the treatment
    changes.
    """
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    return np.asarray(_fit(make, X, y).predict(Xnew), float)


def treated_model_only(X, t, y, Xnew, make=reference.LinearRegression):
    """You predict the outcome with the treatment. Subtract the predicted outcome without it."""
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    arm = np.asarray(t) == 1
    return np.asarray(_fit(make, X[arm], y[arm]).predict(Xnew), float)


def arms_swapped(X, t, y, Xnew, make=reference.LinearRegression):
    """The sign is reversed. Uplift is with the treatment less without it."""
    return -reference.t_learner_uplift(X, t, y, Xnew, make)


def treatment_predicted(X, t, y, Xnew, make=reference.LinearRegression):
    """Your model learns who was treated, and a coin decided that. It must learn the outcome."""
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    return np.asarray(_fit(make, X, t).predict(Xnew), float)


def one_model_with_a_flag(X, t, y, Xnew, make=reference.LinearRegression):
    """You used one model with the treatment as a column (an S-learner). If it is linear, everybody
    has the same uplift. A T-learner has two models.
    """
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    model = _fit(make, np.column_stack([X, t]), y)
    with_it = model.predict(np.column_stack([Xnew, np.ones(len(Xnew))]))
    without = model.predict(np.column_stack([Xnew, np.zeros(len(Xnew))]))
    return np.asarray(with_it - without, float)


def one_model_refitted(X, t, y, Xnew, make=reference.LinearRegression):
    """Your uplift is 0 everywhere: both predictions come from the same rows or from the same fitted
    model. Fit one model where ``t == 1`` and another, made anew by ``make()``, where it is not.
    """
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    arm, model = np.asarray(t) == 1, make()
    with_it = model.fit(X[arm], y[arm])
    without = model.fit(X[~arm], y[~arm])
    return np.asarray(with_it.predict(Xnew) - without.predict(Xnew), float)


def one_model_refitted__flags_as_positions(X, t, y, Xnew, make=reference.LinearRegression):
    X, t, y = np.asarray(X), np.asarray(t).astype(int), np.asarray(y, dtype=float)
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    with_it = _fit(make, X[t], y[t]).predict(Xnew)
    return np.asarray(with_it - _fit(make, X[1 - t], y[1 - t]).predict(Xnew), float)


def model_of_its_own(X, t, y, Xnew, make=reference.LinearRegression):
    """``make`` says which model to use, and you used another one."""
    return reference.t_learner_uplift(X, t, y, Xnew)


# ---- uplift_at_k ----------------------------------------------------------------------------


def _chosen(score, frac, *, sign=-1, n_chosen=None):
    score = np.asarray(score, float)
    n = int(round(frac * len(score), 9)) if n_chosen is None else n_chosen
    return np.argsort(sign * score, kind="stable")[:n]


def _difference(y, t, chosen):
    y, t = np.asarray(y, float)[chosen], np.asarray(t)[chosen] == 1
    if t.all() or not t.any():
        return float("nan")
    return float(y[t].mean() - y[~t].mean())


def lowest_scores_first(y, t, score, frac):
    """You chose the customers with the *lowest* scores."""
    return _difference(y, t, _chosen(score, frac, sign=1))


def rate_of_the_treated(y, t, score, frac):
    """That is the mean outcome of the treated. Subtract that of the untreated among the chosen."""
    chosen = _chosen(score, frac)
    y, t = np.asarray(y, float)[chosen], np.asarray(t)[chosen] == 1
    return float("nan") if t.all() or not t.any() else float(y[t].mean())


def counts_for_rates(y, t, score, frac):
    """You subtracted sums. The arms differ in size, so compare means."""
    chosen = _chosen(score, frac)
    y, t = np.asarray(y, float)[chosen], np.asarray(t)[chosen] == 1
    return float("nan") if t.all() or not t.any() else float(y[t].sum() - y[~t].sum())


def divided_by_all_chosen(y, t, score, frac):
    """You divided each arm by the number of chosen. Divide each by its own size."""
    chosen = _chosen(score, frac)
    y, t = np.asarray(y, float)[chosen], np.asarray(t)[chosen] == 1
    return float("nan") if t.all() or not t.any() else float((y[t].sum() - y[~t].sum()) / len(y))


def everybody_chosen(y, t, score, frac):
    """That is the effect on everybody. Only the part with the highest scores counts."""
    return _difference(y, t, np.arange(len(score)))


def top_of_each_arm(y, t, score, frac):
    """You took the best of each arm. There is one list of all customers."""
    score, t = np.asarray(score, float), np.asarray(t)
    chosen = []
    for arm in (1, 0):
        rows = np.flatnonzero(t == arm)
        n = int(round(frac * len(rows), 9))
        chosen.append(rows[np.argsort(-score[rows], kind="stable")[:n]])
    return _difference(y, t, np.concatenate(chosen))


def ties_backwards(y, t, score, frac):
    """Among equal scores the customer who comes earlier must be chosen first: sort ``-score`` with
    ``kind="stable"``.
    """
    reversed_order = np.argsort(np.asarray(score, float), kind="stable")[::-1]
    return _difference(y, t, reversed_order[: int(round(frac * len(score), 9))])


def empty_arm_counts_zero(y, t, score, frac):
    """If one arm is empty among the chosen nothing can be compared: the effect must be NaN."""
    value = reference.uplift_at_k(y, t, score, frac)
    return 0.0 if math.isnan(value) else value


def part_rounded_up(y, t, score, frac):
    """The number of chosen must be rounded down, and you rounded it up."""
    return _difference(y, t, _chosen(score, frac, n_chosen=math.ceil(round(frac * len(score), 9))))


def part_rounded_half_up__to_even(y, t, score, frac):
    return _difference(y, t, _chosen(score, frac, n_chosen=round(frac * len(score))))


def part_rounded_half_up(y, t, score, frac):
    """The number of chosen must be rounded down, and you rounded it to the nearest whole number."""
    return _difference(y, t, _chosen(score, frac, n_chosen=int(round(frac * len(score), 9) + 0.5)))


def product_cut_off(y, t, score, frac):
    """You cut off ``frac * n`` as the computer has it, and 0.29 x 100 is a little below 29 there. A
    product that is whole in nine decimals is whole.
    """
    return _difference(y, t, _chosen(score, frac, n_chosen=int(frac * len(score))))


def ties_all_chosen(y, t, score, frac):
    """Of several customers with the score of the last chosen one you took all. Choose exactly the
    number that ``frac`` gives.
    """
    chosen = _chosen(score, frac)
    if not len(chosen):
        return float("nan")
    score = np.asarray(score, float)
    return _difference(y, t, np.flatnonzero(score >= score[chosen].min()))


def negative_scores_dropped(y, t, score, frac):
    """You left out customers with a score of 0 or less. The contract says how many are chosen,
    whatever their scores.
    """
    chosen = _chosen(score, frac)
    return _difference(y, t, chosen[np.asarray(score, float)[chosen] > 0])


def buyers_for_outcome(y, t, score, frac):
    """You compared the shares of customers with an outcome above 0. Compare the mean outcomes."""
    return reference.uplift_at_k([float(each > 0) for each in y], t, score, frac)


def ties_in_any_order(y, t, score, frac):
    """Among equal scores the customer who comes earlier must be chosen first. Your sort is not
    stable: use ``kind="stable"``.
    """
    order = np.argsort(-np.asarray(score, float))
    return _difference(y, t, order[: int(round(frac * len(score), 9))])


def ties_in_any_order__and_reversed(y, t, score, frac):
    order = np.argsort(np.asarray(score, float))[::-1]
    return _difference(y, t, order[: int(round(frac * len(score), 9))])


def strongest_scores_first(y, t, score, frac):
    """You sorted by the size of the score without its sign. A score below 0 is a low one."""
    return _difference(y, t, _chosen(np.abs(np.asarray(score, float)), frac))


def all_untreated_compared(y, t, score, frac):
    """You compared the treated among the chosen with *all* untreated customers. Both must be
    chosen.
    """
    chosen = _chosen(score, frac)
    y, t = np.asarray(y, float), np.asarray(t)
    top = y[chosen][t[chosen] == 1]
    return float(top.mean() - y[t == 0].mean()) if len(top) and (t == 0).any() else math.nan


def chosen_against_the_rest(y, t, score, frac):
    """You compared the chosen with those who were not chosen. Compare the treated with the
    untreated among the chosen.
    """
    y, t, chosen = np.asarray(y, float), np.asarray(t), _chosen(score, frac)
    rest = np.setdiff1d(np.arange(len(y)), chosen)
    top, others = y[chosen][t[chosen] == 1], y[rest][t[rest] == 1]
    return float(top.mean() - others.mean()) if len(top) and len(others) else math.nan


def chosen_against_the_rest__everybody(y, t, score, frac):
    y, chosen = np.asarray(y, float), _chosen(score, frac)
    rest = np.setdiff1d(np.arange(len(y)), chosen)
    return float(y[chosen].mean() - y[rest].mean()) if len(chosen) and len(rest) else math.nan


def untreated_less_treated(y, t, score, frac):
    """The sign is reversed. The effect is treated less untreated."""
    return -reference.uplift_at_k(y, t, score, frac)


def empty_arm_counts_zero__its_mean(y, t, score, frac):
    chosen = _chosen(score, frac)
    y, t = np.asarray(y, float)[chosen], np.asarray(t)[chosen] == 1
    means = [float(y[arm].mean()) if arm.any() else 0.0 for arm in (t, ~t)]
    return means[0] - means[1]


def fails_on_an_empty_arm(y, t, score, frac):
    """Where an arm is empty among the chosen your answer fails. There the effect must be NaN."""
    value = reference.uplift_at_k(y, t, score, frac)
    if math.isnan(value):
        raise ZeroDivisionError("division by zero")
    return value


PLANTED_UPLIFT = {
    function.__name__: function
    for function in (
        rate_of_the_treated,
        ties_backwards,
        ties_all_chosen,
        empty_arm_counts_zero,
        part_rounded_up,
        part_rounded_half_up,
        negative_scores_dropped,
        buyers_for_outcome,
    )
}
EASIER_UPLIFT = (
    lowest_scores_first,
    counts_for_rates,
    divided_by_all_chosen,
    everybody_chosen,
    top_of_each_arm,
    product_cut_off,
    ties_in_any_order,
    strongest_scores_first,
    all_untreated_compared,
    chosen_against_the_rest,
    untreated_less_treated,
    fails_on_an_empty_arm,
)


# ---- kill_uplift ----------------------------------------------------------------------------

_Y, _T = [3, 0, 1, 5, 2, 0, 4, 1], [1, 0, 1, 1, 0, 0, 1, 0]
_SCORE = [6, 5, 4, 3, 2, 1, -1, -2]


def _compares(fn, *cases):
    return all(
        np.isclose(fn(*case), reference.uplift_at_k(*case), equal_nan=True) for case in cases
    )


def accepts_any_uplift(fn):
    """Your test rejects none of the eight wrong implementations. On a simple list all of them are
    right: try equal scores, negative scores, parts that are not whole, and an empty arm.
    """
    fn(_Y, _T, _SCORE, 0.5)
    return True


def accepts_any_uplift__docstring_example(fn):
    score = [8, 7, 6, 5, 4, 3, 2, 1]
    return abs(fn([1, 1, 0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 1, 0], score, 0.5) - 2 / 3) < 1e-6


def rejects_any_uplift(fn):
    """Your test rejects right implementations too. Allow for rounding, and remember that NaN is not
    equal to NaN.
    """
    return False


def whole_list_only(fn):
    """Mistakes in *who is chosen* get through your test: it chooses the whole list, or parts on
    which they do not show. Try other parts.
    """
    return _compares(fn, (_Y, _T, _SCORE, 1.0))


def no_ties(fn):
    """In your test all scores differ. Mistakes with equal scores get through."""
    return _compares(fn, *[(_Y, _T, _SCORE, k / 16) for k in range(1, 17)])


def zeros_and_ones_without_ties(fn):
    """In your test every outcome is 0 or 1, all scores differ and are above 0. Mistakes with other
    outcomes, with equal scores and with negative ones get through.
    """
    y = [1, 0, 1, 0, 1, 0, 1, 1]
    score = [8, 7, 6, 5, 4, 3, 2, 1]
    return _compares(fn, *[(y, _T, score, k / 16) for k in range(1, 17)])


def looks_only_at_nan(fn):
    """Your test looks only at a list without a comparison. Mistakes in every other list get
    through.
    """
    return math.isnan(fn(_Y, [1] * 8, _SCORE, 0.5))


def _tells_all(fn, oracle):
    """Whether an implementation does what another one does, on lists where each mistake shows."""
    y = [3.0, 1.0, 0.0, 5.0, 2.0, 0.0, 7.0, 1.0, 4.0, 0.0]
    t = [1, 1, 1, 0, 0, 1, 0, 0, 1, 0]
    score = [0.5, 0.9, 0.1, 0.5, 0.8, 0.5, 0.2, 0.7, -2.0, -1.0]
    cases = [(y, t, score, frac) for frac in (0.2, 0.4, 0.5, 0.55, 0.58, 0.6, 0.75, 0.8, 0.9, 1.0)]
    cases += [(y, [1] * 10, score, 0.5)]
    return all(np.isclose(fn(*case), oracle(*case), equal_nan=True) for case in cases)


def expects_a_mistake(fn):
    """Your test rejects all right implementations and accepts a wrong one. So the values that it
    expects contain a mistake: work them out from the docstring again.
    """
    return _tells_all(fn, ties_backwards)


for _planted in PLANTED_UPLIFT.values():
    globals()[f"expects_a_mistake__{_planted.__name__}"] = lambda fn, oracle=_planted: _tells_all(
        fn, oracle
    )


# ---- ips_snips_ess --------------------------------------------------------------------------


def _estimates(w, r):
    r = np.asarray(r, float)
    if not w.any():
        return 0.0, float("nan"), 0.0
    snips = float((w * r).sum() / w.sum())
    return float((w * r).mean()), snips, float(w.sum() ** 2 / (w**2).sum())


def weights_inverted(r, pi_e, pi_b):
    """Your weights are upside down. A row counts more where the new policy is more likely to act so
    than the old one.
    """
    e, b = np.asarray(pi_e, float), np.asarray(pi_b, float)
    return _estimates(np.divide(b, e, out=np.zeros_like(b), where=e > 0), r)


def weights_inverted__infinite(r, pi_e, pi_b):
    e, b = np.asarray(pi_e, float), np.asarray(pi_b, float)
    with np.errstate(all="ignore"):
        w = b / e
        earned = w * np.asarray(r, float)
        return float(earned.mean()), float(earned.sum() / w.sum()), float(w.sum() ** 2 / (w @ w))


def old_policy_alone(r, pi_e, pi_b):
    """Your weights are 1 / ``pi_b``. The probability under the new policy belongs in them too."""
    return _estimates(1 / np.asarray(pi_b, float), r)


def _parts(r, pi_e, pi_b, ips=None, ess=None):
    """The right estimates, with another IPS or another ESS."""
    w = np.asarray(pi_e, float) / np.asarray(pi_b, float)
    right = reference.ips_snips_ess(r, pi_e, pi_b)
    if not w.any():
        return right
    r = np.asarray(r, float)
    first = right[0] if ips is None else float(ips(w, r))
    return first, right[1], right[2] if ess is None else float(ess(w, r))


def estimates_exchanged(r, pi_e, pi_b):
    """IPS and SNIPS are exchanged. IPS is averaged over the rows and must come first."""
    ips, snips, ess = reference.ips_snips_ess(r, pi_e, pi_b)
    return snips, ips, ess


def weighted_rows_only(r, pi_e, pi_b):
    """IPS was averaged over the rows with a weight above 0. A row with weight 0 is a row too."""
    return _parts(r, pi_e, pi_b, ips=lambda w, r: (w * r).sum() / (w > 0).sum())


def ess_of_the_rewards(r, pi_e, pi_b):
    """Your ESS depends on the rewards. It is computed from the weights alone."""
    return _parts(
        r,
        pi_e,
        pi_b,
        ess=lambda w, r: (w * r).sum() ** 2 / max(((w * r) ** 2).sum(), 1e-300),
    )


def ess_without_the_square(r, pi_e, pi_b):
    """The sum of the weights is not squared in your ESS."""
    return _parts(r, pi_e, pi_b, ess=lambda w, r: w.sum() / (w @ w))


def ess_without_the_square__one(r, pi_e, pi_b):
    return _parts(r, pi_e, pi_b, ess=lambda w, r: 1 / (w @ w))


def ess_as_a_share(r, pi_e, pi_b):
    """Your ESS is a share of the rows. It is a number of rows, from 1 to n."""
    return _parts(r, pi_e, pi_b, ess=lambda w, r: w.sum() ** 2 / (w @ w) / len(w))


def ess_by_n_less_one(r, pi_e, pi_b):
    """Your ESS divides the variance of the weights by n - 1. That is not the squared sum of the
    weights per sum of their squares.
    """
    return _parts(r, pi_e, pi_b, ess=lambda w, r: len(w) / (1 + w.var(ddof=1) / w.mean() ** 2))


def ratio_of_mean_probabilities(r, pi_e, pi_b):
    """You divided mean probabilities. Each row has a weight of its own."""
    return _parts(r, pi_e, pi_b, ips=lambda w, r: np.mean(r) * np.mean(pi_e) / np.mean(pi_b))


def no_overlap_not_seen(r, pi_e, pi_b):
    """Where every weight is 0 your answer is not the one that is asked for: IPS must be 0, SNIPS
    NaN and ESS 0.
    """
    ips, snips, ess = reference.ips_snips_ess(r, pi_e, pi_b)
    return (ips, snips, ess) if ess else (0.0, math.nan, math.nan)


def no_overlap_not_seen__zero(r, pi_e, pi_b):
    ips, snips, ess = reference.ips_snips_ess(r, pi_e, pi_b)
    return (ips, snips, ess) if ess else (0.0, 0.0, 0.0)


def no_overlap_not_seen__nan(r, pi_e, pi_b):
    ips, snips, ess = reference.ips_snips_ess(r, pi_e, pi_b)
    return (ips, snips, ess) if ess else (math.nan, math.nan, math.nan)


def no_overlap_not_seen__error(r, pi_e, pi_b):
    if not np.any(pi_e):
        raise ZeroDivisionError("division by zero")
    return reference.ips_snips_ess(r, pi_e, pi_b)


def not_weighted(r, pi_e, pi_b):
    """That is what the *old* policy earned. Weight every row."""
    w = np.ones(len(r))
    return _estimates(w, r) if np.any(pi_e) else (0.0, float("nan"), 0.0)


def new_policy_alone(r, pi_e, pi_b):
    """You weighted by the new policy alone. The log already holds more of what the old policy
    liked, so its probability belongs in the weight too.
    """
    return _estimates(np.asarray(pi_e, float), r)


def matched_rows_only(r, pi_e, pi_b):
    """You kept the rows on which the new policy is at least as likely as the old, with weight 1.
    All rows count, each with its own weight.
    """
    e, b = np.asarray(pi_e, float), np.asarray(pi_b, float)
    return _estimates((e >= b).astype(float), r)


def snips_for_ips(r, pi_e, pi_b):
    """IPS divides by the number of rows. Only SNIPS divides by the sum of the weights."""
    _, snips, ess = reference.ips_snips_ess(r, pi_e, pi_b)
    return (0.0 if math.isnan(snips) else snips), snips, ess


def rows_for_ess(r, pi_e, pi_b):
    """You counted the rows with a weight. A row with a small weight tells less than one with a
    large weight.
    """
    ips, snips, _ = reference.ips_snips_ess(r, pi_e, pi_b)
    return ips, snips, float(np.count_nonzero(pi_e))


def weights_clipped(r, pi_e, pi_b):
    """You limited the weights to 10. That lowers the variance and adds a bias, and it is not asked
    for.
    """
    return _estimates(np.minimum(np.asarray(pi_e, float) / np.asarray(pi_b, float), 10.0), r)


# ---- thompson_step --------------------------------------------------------------------------


def _counts(successes, trials):
    return np.asarray(successes, float), np.asarray(trials, float)


def best_mean_so_far(successes, trials, rng):
    """You take the arm with the best mean. An arm that was unlucky at first is never tried again.
    Draw from what is believed about each arm.
    """
    s, n = _counts(successes, trials)
    return int(((1 + s) / (2 + n)).argmax())


def best_mean_so_far__of_many_draws(successes, trials, rng):
    s, n = _counts(successes, trials)
    drawn = np.random.default_rng(rng).beta(1 + s, 1 + n - s, size=(1000, len(s)))
    return int(drawn.mean(axis=0).argmax())


def trials_for_failures(successes, trials, rng):
    """The second parameter of the Beta counts failures, not trials."""
    s, n = _counts(successes, trials)
    return int(np.random.default_rng(rng).beta(1 + s, 1 + n).argmax())


def parameters_swapped(successes, trials, rng):
    """Successes and failures are swapped, so you prefer the arm that fails most."""
    s, n = _counts(successes, trials)
    return int(np.random.default_rng(rng).beta(1 + n - s, 1 + s).argmax())


def in_proportion_to_the_mean(successes, trials, rng):
    """You drew an arm in proportion to its mean. It must be chosen with the probability that it is
    the *best*, which is another number.
    """
    s, n = _counts(successes, trials)
    mean = (1 + s) / (2 + n)
    return int(np.random.default_rng(rng).choice(len(mean), p=mean / mean.sum()))


def same_draw_every_time(successes, trials, rng):
    """Every step draws the same numbers, because you make a new generator from a fixed seed. Use
    the one that is passed.
    """
    s, n = _counts(successes, trials)
    return int(np.random.default_rng(0).beta(1 + s, 1 + n - s).argmax())


def tried_arms_only(successes, trials, rng):
    """An arm without trials is never chosen. Nothing is known about it, so it may be the best."""
    s, n = _counts(successes, trials)
    drawn = np.random.default_rng(rng).beta(1 + s, 1 + n - s)
    return int(np.where(n > 0, drawn, -1.0).argmax())


def epsilon_greedy(successes, trials, rng):
    """That is epsilon-greedy. It explores all arms equally often, also the ones that are surely
    bad.
    """
    s, n = _counts(successes, trials)
    rng = np.random.default_rng(rng)
    if rng.random() < 0.1:
        return int(rng.integers(len(s)))
    return int(((1 + s) / (2 + n)).argmax())


def prior_of_another_strength(successes, trials, rng):
    """You started from another belief than the uniform one, which is one imaginary success and one
    imaginary failure for each arm.
    """
    s, n = _counts(successes, trials)
    return int(np.random.default_rng(rng).beta(0.5 + s, 0.5 + n - s).argmax())


def generator_copied(successes, trials, rng):
    """Every step from one generator draws the same numbers: you copied it. Use the one that is
    passed.
    """
    s, n = _counts(successes, trials)
    rng = np.random.default_rng(copy.deepcopy(rng))
    return int(rng.beta(1 + s, 1 + n - s).argmax())


def one_draw_for_all_arms(successes, trials, rng):
    """Your arms share one random number, so their rates are not independent. Draw one for each."""
    s, n = _counts(successes, trials)
    shared = np.random.default_rng(rng).random()
    return int(stats.beta.ppf(shared, 1 + s, 1 + n - s).argmax())


def generator_needed(successes, trials, rng):
    """Your answer fails where ``rng`` is a whole number. ``numpy.random.default_rng`` takes both a
    generator and a seed.
    """
    s, n = _counts(successes, trials)
    return int(rng.beta(1 + s, 1 + n - s).argmax())


def untried_arms_first(successes, trials, rng):
    """You show an arm without trials first, whatever the others are like. It must be chosen with
    the probability that it is the best.
    """
    s, n = _counts(successes, trials)
    if (n == 0).any():
        return int(np.flatnonzero(n == 0)[0])
    return int(np.random.default_rng(rng).beta(1 + s, 1 + n - s).argmax())


def no_prior__none_at_all(successes, trials, rng):
    s, n = _counts(successes, trials)
    return int(np.random.default_rng(rng).beta(s, n - s).argmax())


def no_prior__tiny(successes, trials, rng):
    s, n = _counts(successes, trials)
    return int(np.random.default_rng(rng).beta(s + 1e-6, n - s + 1e-6).argmax())


def no_prior(successes, trials, rng):
    """Your belief lacks the uniform start: one imaginary success and one imaginary failure for each
    arm. Without them an arm with no success, or no failure, is believed to be certain.
    """
    s, n = _counts(successes, trials)
    rng = np.random.default_rng(rng)
    return int(rng.beta(np.maximum(s, 1e-3), np.maximum(n - s, 1e-3)).argmax())


# ---- coupon_policy --------------------------------------------------------------------------


def _moves(m):
    fatigue = np.arange(m)
    return np.array([np.maximum(fatigue - 1, 0), np.minimum(fatigue + 1, m - 1)])


def _iterate(now, then, gamma, sweeps=5000, enough=1e-12):
    values = np.zeros(now.shape[1])
    for _ in range(sweeps):
        before, values = values, (now + gamma * values[then]).max(axis=0)
        if abs(values - before).max() < enough:
            break
    worth = now + gamma * values[then]
    return worth.max(axis=0).tolist(), (worth[1] > worth[0] + 1e-6).astype(int).tolist()


def _act(wait, send, gamma, moves, enough):
    """The policy when an action is taken from a gain of at least ``enough`` on."""
    now = np.array([wait, send], float)
    values, _ = _iterate(now, moves, gamma)
    worth = now + gamma * np.array(values)[moves]
    return values, (worth[1] >= worth[0] + enough).astype(int).tolist()


def equal_is_sent(wait, send, gamma):
    """You send where sending and waiting bring the same. Do not send a coupon that gains
    nothing.
    """
    return _act(wait, send, gamma, _moves(len(wait)), 0.0)


def moves_exchanged(wait, send, gamma):
    """In your model waiting raises the fatigue and sending lowers it. It must be the other way
    round.
    """
    return _iterate(np.array([wait, send], float), _moves(len(wait))[::-1], gamma)


def today_worth_less(wait, send, gamma):
    """You discounted the reward of this week too. Only the value of the next state is multiplied by
    ``gamma``.
    """
    return _iterate(gamma * np.array([wait, send], float), _moves(len(wait)), gamma)


def one_action_for_ever(wait, send, gamma):
    """You compared always sending with always waiting. The best policy may change from week to
    week.
    """
    now, then = np.array([wait, send], float), _moves(len(wait))
    worth = [
        np.linalg.solve(np.eye(len(wait)) - gamma * np.eye(len(wait))[then[a]], now[a])
        for a in (0, 1)
    ]
    actions = (worth[1] > worth[0] + 1e-6).astype(int).tolist()
    return np.maximum(*worth).tolist(), actions


def fails_at_the_top(wait, send, gamma):
    """Your answer stops with an IndexError. The last state is m - 1: sending does not raise the
    fatigue above it.
    """
    raise IndexError("list index out of range")


def a_single_sweep__two(wait, send, gamma):
    return _iterate(np.array([wait, send], float), _moves(len(wait)), gamma, sweeps=2, enough=-1.0)


def a_single_sweep__two_and_look(wait, send, gamma):
    now, moves = np.array([wait, send], float), _moves(len(wait))
    values = np.zeros(len(wait))
    for _ in range(2):
        worth = now + gamma * values[moves]
        values = worth.max(axis=0)
    worth_now = now + gamma * values[moves]
    return values.tolist(), (worth_now[1] > worth_now[0] + 1e-6).astype(int).tolist()


def stopped_at_a_small_change__thousandth(wait, send, gamma):
    return _settled_to(wait, send, gamma, 1e-3)


def stopped_at_a_small_change__ten_thousandth(wait, send, gamma):
    return _settled_to(wait, send, gamma, 1e-4)


def stopped_at_a_small_change__millionth(wait, send, gamma):
    return _settled_to(wait, send, gamma, 1e-6)


def _settled_to(wait, send, gamma, enough):
    """Values after the first sweep that changes at most ``enough``, and the best actions then."""
    now, moves, values = np.array([wait, send], float), _moves(len(wait)), np.zeros(len(wait))
    while True:
        before, values = values, (now + gamma * values[moves]).max(axis=0)
        if abs(values - before).max() <= enough:
            worth = now + gamma * values[moves]
            return values.tolist(), (worth[1] > worth[0] + 1e-6).astype(int).tolist()


def too_few_sweeps__values_of_the_last(wait, send, gamma):
    now, moves, values = np.array([wait, send], float), _moves(len(wait)), np.zeros(len(wait))
    for _ in range(100):
        values = (now + gamma * values[moves]).max(axis=0)
    worth = now + gamma * values[moves]
    return values.tolist(), (worth[1] > worth[0] + 1e-6).astype(int).tolist()


def whatever_pays_today(wait, send, gamma):
    """You send wherever sending pays more *today*. A coupon also lowers the reward of later weeks,
    because it tires the customer.
    """
    now = np.array([wait, send], float)
    then, greedy = _moves(now.shape[1]), (now[1] > now[0]).astype(int)
    rows = np.arange(now.shape[1])
    moves = np.eye(now.shape[1])[then[greedy, rows]]
    values = np.linalg.solve(np.eye(now.shape[1]) - gamma * moves, now[greedy, rows])
    return values.tolist(), greedy.tolist()


def a_single_sweep(wait, send, gamma):
    """You looked only one or two weeks ahead. Repeat the update until the values stop changing."""
    now = np.array([wait, send], float)
    return _iterate(now, _moves(now.shape[1]), gamma, sweeps=1)


def stopped_at_a_small_change(wait, send, gamma):
    """You stopped when a sweep changed little. Near gamma = 1 many small changes are still to come,
    and together they are far larger than the last one.
    """
    now = np.array([wait, send], float)
    return _iterate(now, _moves(now.shape[1]), gamma, enough=1e-6)


def too_few_sweeps(wait, send, gamma):
    """You made a fixed number of sweeps, and the values have not settled. The nearer gamma is to 1,
    the more sweeps are needed.
    """
    now = np.array([wait, send], float)
    return _iterate(now, _moves(now.shape[1]), gamma, sweeps=100, enough=-1.0)


def waiting_at_zero_wraps(wait, send, gamma):
    """A rested customer who waits became the most tired one: in Python an index of -1 is the last
    state. Fatigue does not fall below 0.
    """
    now = np.array([wait, send], float)
    then = _moves(now.shape[1])
    then[0, 0] = now.shape[1] - 1
    return _iterate(now, then, gamma)


def sending_at_the_top_wraps(wait, send, gamma):
    """A coupon made the most tired customer rested. Fatigue does not rise above m - 1."""
    now = np.array([wait, send], float)
    then = _moves(now.shape[1])
    then[1, -1] = 0
    return _iterate(now, then, gamma)


def smaller_for_larger(wait, send, gamma):
    """You took the smaller of the two sums. The best policy takes the larger one."""
    now = np.array([wait, send], float)
    values, actions = _iterate(-now, _moves(now.shape[1]), gamma)
    return [-v for v in values], actions


def tiny_gains_sent(wait, send, gamma):
    """You send where sending gains less than 1e-6. Such a gain is no more than rounding: wait
    there.
    """
    values, _ = reference.coupon_policy(wait, send, gamma)
    value, now = np.array(values), np.array([wait, send], float)
    worth = now + gamma * value[_moves(now.shape[1])]
    return values, (worth[1] > worth[0] + 1e-12).astype(int).tolist()


def fatigue_never_fades(wait, send, gamma):
    """In your model waiting leaves the fatigue as it is. It must lower fatigue by 1."""
    now = np.array([wait, send], float)
    then = _moves(now.shape[1])
    then[0] = np.arange(now.shape[1])
    return _iterate(now, then, gamma)


def fatigue_falls_to_zero(wait, send, gamma):
    """In your model one week of waiting brings fatigue down to 0. It must lower fatigue by 1."""
    now = np.array([wait, send], float)
    then = _moves(now.shape[1])
    then[0] = 0
    return _iterate(now, then, gamma)


def reward_of_the_next_state(wait, send, gamma):
    """You paid the reward of the state that the customer moves to. The reward of this week depends
    on the fatigue now.
    """
    now = np.array([wait, send], float)
    then = _moves(now.shape[1])
    return _iterate(np.take_along_axis(now, then, axis=1), then, gamma)


def actions_without_future(wait, send, gamma):
    """The values are right, but the actions compare the rewards of this week only."""
    values, _ = reference.coupon_policy(wait, send, gamma)
    return values, [int(s > w) for w, s in zip(wait, send, strict=True)]


def actions_inverted(wait, send, gamma):
    """Your actions are exchanged: 1 must mean to send, 0 to wait."""
    values, actions = reference.coupon_policy(wait, send, gamma)
    return values, [1 - a for a in actions]
