"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

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


def spending_without_before(defect):
    """A household is three numbers: sent or not, spending before, spending after."""
    return [(1, 20), (0, 5)], _EVEN


def a_whole_campaign(defect):
    """Your data are too long to check by hand: at most 8 households and 12 rows."""
    return [(1, 50, 60), (0, 20, 10)] * 20, [(0, 1), (1, 0)] * 30


def households_alone(defect):
    """Return two values: the households and the log."""
    return [(1, 50, 60), (0, 20, 10), (0, 30, 30)]


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
    """You learned the slope on the untreated units alone. It is one slope over both arms."""
    y, x = _floats(y, x)
    control = np.asarray(t) != 1
    return _read(y - _slope(x[control], y[control]) * x, t)


def slope_of_each_arm(y, x, t):
    """Each arm has a slope of its own. It is one slope over both arms together."""
    y, x = _floats(y, x)
    is_treated = np.asarray(t) == 1
    slopes = [_slope(x[arm], y[arm]) for arm in (is_treated, ~is_treated)]
    return _read(y - np.where(is_treated, *slopes) * (x - x.mean()), t)


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
    """Where ``x`` does not vary you divided by 0. There the slope is 0."""
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
    """You counted the looks from 0. Counted from 1, 0 is free to mean "none"."""
    beyond = np.abs(z) > _limits(z, c)
    return int(np.argmax(beyond)) if beyond.any() else 0


def last_look_only(z, c):
    """You looked at the last statistic alone. An earlier look may have crossed its limit."""
    return len(z) if len(z) and abs(z[-1]) > c * (1 + 1e-9) else 0


def no_root(z, c):
    """Your limits fall in proportion to the look. They must fall with its square root."""
    looks = np.arange(1, len(z) + 1)
    return _first(np.abs(z) > c * len(z) / looks * (1 + 1e-9))


def largest_statistic(z, c):
    """You returned the look with the largest statistic. The *first* one beyond its limit counts."""
    beyond = np.abs(z) > _limits(z, c)
    if not beyond.any():
        return 0
    return int(np.argmax(np.where(beyond, np.abs(z), -1.0))) + 1


def none_is_the_last_look(z, c):
    """Where no limit is crossed you returned the last look. There the answer is 0."""
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


def divided_by_n(revenue, orders):
    """You divided the squared deviations by n. A sample variance divides by n - 1 (``ddof=1``)."""
    u, d = _floats(revenue, orders)
    if d.sum() == 0:
        return _NOTHING
    r = u.sum() / d.sum()
    return _ratio(r, np.std(u - r * d) / d.mean() / math.sqrt(len(d)))


def fails_without_orders(revenue, orders):
    """Where nobody ordered there is no ratio: all three numbers are NaN, not 0."""
    return (0.0, 0.0, 0.0) if not np.sum(orders) else reference.ratio_interval(revenue, orders)


# ---- t_learner_uplift -----------------------------------------------------------------------


def _fit(make, X, y):
    return make().fit(np.asarray(X), np.asarray(y))


def _both_arms(t):
    return (np.asarray(t) == 1).any() and (np.asarray(t) != 1).any()


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
    """Among equal scores the customer who comes earlier is chosen first: sort ``-score`` with
    ``kind="stable"``.
    """
    reversed_order = np.argsort(np.asarray(score, float), kind="stable")[::-1]
    return _difference(y, t, reversed_order[: int(round(frac * len(score), 9))])


def empty_arm_counts_zero(y, t, score, frac):
    """If one arm is empty among the chosen nothing can be compared: NaN, not 0."""
    value = reference.uplift_at_k(y, t, score, frac)
    return 0.0 if math.isnan(value) else value


def part_rounded_up(y, t, score, frac):
    """The number of chosen is rounded down, and you rounded it up."""
    return _difference(y, t, _chosen(score, frac, n_chosen=math.ceil(round(frac * len(score), 9))))


def part_rounded_half_up(y, t, score, frac):
    """The number of chosen is rounded down, and you rounded it to the nearest whole number."""
    return _difference(y, t, _chosen(score, frac, n_chosen=int(round(frac * len(score), 9) + 0.5)))


def product_cut_off(y, t, score, frac):
    """You cut off ``frac * n`` as the computer has it, and 0.29 x 100 is a little below 29 there. A
    product that is whole in nine decimals is whole.
    """
    return _difference(y, t, _chosen(score, frac, n_chosen=int(frac * len(score))))


def ties_all_chosen(y, t, score, frac):
    """Of several customers with the score of the last chosen one you took all. Exactly the number
    that ``frac`` gives is chosen.
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
    """Your test always chooses the whole list, so the scores do not matter. Try a part."""
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
    """You stopped when a sweep changed less than 1e-6. Near gamma = 1 many small changes are still
    to come, and together they are far larger than the last one.
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
    """In your model waiting leaves the fatigue as it is. It lowers fatigue by 1."""
    now = np.array([wait, send], float)
    then = _moves(now.shape[1])
    then[0] = np.arange(now.shape[1])
    return _iterate(now, then, gamma)


def fatigue_falls_to_zero(wait, send, gamma):
    """In your model one week of waiting brings fatigue down to 0. It lowers fatigue by 1."""
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
    """1 means to send, 0 to wait."""
    values, actions = reference.coupon_policy(wait, send, gamma)
    return values, [1 - a for a in actions]
