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
    """Only the spending after the campaign was compared: selection passes for effect."""
    return _memo("post_only", households, log)


def recipients_only(households, log):
    """Recipients were compared with themselves before: the season passes for effect."""
    return _memo("recipients_only", households, log)


def buyers_only(households, log):
    """Whoever spent nothing afterwards was left out, and with them the campaign's failures."""
    return _memo("buyers_only", households, log)


def arm_by_clicks(households, log):
    """The arm with most clicks was chosen, which is the one that was shown most."""
    return _memo("arm_by_clicks", households, log)


def arm_from_whole_log(households, log):
    """The arm was chosen on the rows that were kept to measure it."""
    return _memo("arm_from_whole_log", households, log)


def rate_in_sample(households, log):
    """The rate is that of the rows that chose the arm: the winner was lucky there."""
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
    """One arm that is always clicked, groups that began alike, others who did not change: nothing
    can go wrong here. Ask of each defect what it would need.
    """
    return [(1, 5, 9), (0, 5, 5)], _EVEN


def nobody_to_compare_with(defect):
    """Somebody must not have been sent the campaign: without others there is no comparison."""
    return [(1, 10, 20), (1, 5, 9)], _EVEN


def spending_without_before(defect):
    """A household is three numbers: sent or not, spending before, spending after."""
    return [(1, 20), (0, 5)], _EVEN


def a_whole_campaign(defect):
    """At most 8 households and 12 rows: what nobody can check by hand convinces nobody."""
    return [(1, 50, 60), (0, 20, 10)] * 20, [(0, 1), (1, 0)] * 30


def households_alone(defect):
    """Return both: the households and the log."""
    return [(1, 50, 60), (0, 20, 10), (0, 30, 30)]


# ---- ab_readout -----------------------------------------------------------------------------


def _interval(difference, half):
    return float(difference), float(difference - half), float(difference + half)


def _arms(treated, control):
    return np.asarray(treated, dtype=float), np.asarray(control, dtype=float)


def control_less_treated(treated, control):
    """The sign is reversed: treated less control."""
    return reference.ab_readout(control, treated)


def ratio_of_means(treated, control):
    """You divided the means. The readout is a difference, in the units of the metric."""
    t, c = _arms(treated, control)
    _, low, high = reference.ab_readout(treated, control)
    return t.mean() / c.mean() - 1, low / c.mean(), high / c.mean()


def spread_for_error(treated, control):
    """The interval is as wide as the customers differ. The mean of many is known better than that:
    divide each variance by its n.
    """
    t, c = _arms(treated, control)
    half = 1.96 * math.sqrt(t.var(ddof=1) + c.var(ddof=1))
    return _interval(t.mean() - c.mean(), half)


def pooled_variance(treated, control):
    """You pooled the variances, as if both arms varied alike. Welch keeps one for each."""
    t, c = _arms(treated, control)
    nu = len(t) + len(c) - 2
    pooled = ((len(t) - 1) * t.var(ddof=1) + (len(c) - 1) * c.var(ddof=1)) / nu
    half = stats.t.ppf(0.975, nu) * math.sqrt(pooled * (1 / len(t) + 1 / len(c)))
    return _interval(t.mean() - c.mean(), half)


def normal_quantile(treated, control):
    """1.96 is right for large arms only: with few units the quantile of t is larger."""
    t, c = _arms(treated, control)
    half = 1.96 * math.sqrt(t.var(ddof=1) / len(t) + c.var(ddof=1) / len(c))
    return _interval(t.mean() - c.mean(), half)


def variance_by_n(treated, control):
    """You divided the squared deviations by n; a sample variance divides by n - 1 (``ddof=1``)."""
    t, c = _arms(treated, control)
    v_t, v_c = t.var() / len(t), c.var() / len(c)
    if v_t + v_c == 0:
        return _interval(t.mean() - c.mean(), 0.0)
    nu = (v_t + v_c) ** 2 / (v_t**2 / (len(t) - 1) + v_c**2 / (len(c) - 1))
    return _interval(t.mean() - c.mean(), stats.t.ppf(0.975, nu) * math.sqrt(v_t + v_c))


def one_sided_interval(treated, control):
    """That is a 90 % interval: 2.5 % belong beyond each end, so take the quantile at 0.975."""
    t, c = _arms(treated, control)
    v_t, v_c = t.var(ddof=1) / len(t), c.var(ddof=1) / len(c)
    if v_t + v_c == 0:
        return _interval(t.mean() - c.mean(), 0.0)
    nu = (v_t + v_c) ** 2 / (v_t**2 / (len(t) - 1) + v_c**2 / (len(c) - 1))
    return _interval(t.mean() - c.mean(), stats.t.ppf(0.95, nu) * math.sqrt(v_t + v_c))


# ---- sample_size ----------------------------------------------------------------------------


def _size(p0, p1, z):
    if p1 == p0 or not 0 < p1 < 1:
        raise ValueError("p1")
    return math.ceil(z**2 * (p0 * (1 - p0) + p1 * (1 - p1)) / (p1 - p0) ** 2)


def _z(alpha, power):
    return stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)


def absolute_change(p0, rel_mde, alpha=0.05, power=0.8):
    """``rel_mde`` is a part of ``p0``: ten per cent of 5 % is half a point, not ten points."""
    return _size(p0, p0 + rel_mde, _z(alpha, power))


def one_sided_test(p0, rel_mde, alpha=0.05, power=0.8):
    """A coupon can also do harm: the test is on both sides, so half of alpha belongs to each."""
    return _size(p0, p0 * (1 + rel_mde), stats.norm.ppf(1 - alpha) + stats.norm.ppf(power))


def no_power(p0, rel_mde, alpha=0.05, power=0.8):
    """Without the quantile of the power every second real effect is missed."""
    return _size(p0, p0 * (1 + rel_mde), stats.norm.ppf(1 - alpha / 2))


def both_arms_together(p0, rel_mde, alpha=0.05, power=0.8):
    """That is the size of both arms together; the contract asks for one."""
    return 2 * reference.sample_size(p0, rel_mde, alpha, power)


def one_variance_only(p0, rel_mde, alpha=0.05, power=0.8):
    """Both arms vary, so both variances count."""
    p1 = p0 * (1 + rel_mde)
    if p1 == p0 or not 0 < p1 < 1:
        raise ValueError("p1")
    return math.ceil(_z(alpha, power) ** 2 * p0 * (1 - p0) / (p1 - p0) ** 2)


def rounded_down(p0, rel_mde, alpha=0.05, power=0.8):
    """Rounded down, the experiment is a unit short: round up."""
    return reference.sample_size(p0, rel_mde, alpha, power) - 1


def defaults_only(p0, rel_mde, alpha=0.05, power=0.8):
    """``alpha`` and ``power`` are arguments; 1.96 and 0.84 stand for one choice of them."""
    return reference.sample_size(p0, rel_mde)


def impossible_not_refused(p0, rel_mde, alpha=0.05, power=0.8):
    """A rate beyond 0 or 1, or no change at all, cannot be planned for: raise ValueError."""
    p1 = p0 * (1 + rel_mde)
    n = _z(alpha, power) ** 2 * (p0 * (1 - p0) + p1 * (1 - p1)) / max((p1 - p0) ** 2, 1e-12)
    return math.ceil(n)


# ---- srm_pvalue -----------------------------------------------------------------------------


def _srm(n_t, n_c, share, df=1, chance=stats.chi2.sf):
    if n_t + n_c == 0:
        return float("nan")
    e_t, e_c = (n_t + n_c) * share, (n_t + n_c) * (1 - share)
    return float(chance((n_t - e_t) ** 2 / e_t + (n_c - e_c) ** 2 / e_c, df))


def ratio_ignored(n_t, n_c, ratio=1.0):
    """The planned ratio is an argument: 4 to 1 is no mismatch where 4 to 1 was planned."""
    return reference.srm_pvalue(n_t, n_c)


def ratio_inverted(n_t, n_c, ratio=1.0):
    """``ratio`` counts treated units for each control unit, not the other way round."""
    return reference.srm_pvalue(n_t, n_c, 1 / ratio)


def ratio_as_share(n_t, n_c, ratio=1.0):
    """A ratio of 1 to 1 is a share of a half: the expected part of the treated is
    ratio / (1 + ratio).
    """
    share = min(ratio / 2, 0.99)
    return _srm(n_t, n_c, share)


def two_degrees_of_freedom(n_t, n_c, ratio=1.0):
    """Two counts with a fixed total leave one degree of freedom."""
    return _srm(n_t, n_c, ratio / (1 + ratio), df=2)


def chance_of_less(n_t, n_c, ratio=1.0):
    """That is the chance of a *smaller* deviation; a p-value is that of a larger one."""
    return _srm(n_t, n_c, ratio / (1 + ratio), chance=stats.chi2.cdf)


def one_arm_only(n_t, n_c, ratio=1.0):
    """What one arm has too many, the other lacks: both terms belong to chi-squared."""
    if n_t + n_c == 0:
        return float("nan")
    expected = (n_t + n_c) * ratio / (1 + ratio)
    return float(stats.chi2.sf((n_t - expected) ** 2 / expected, 1))


def fails_without_units(n_t, n_c, ratio=1.0):
    """Before the first unit arrives there is nothing to test: NaN, not an error and not 1."""
    return 1.0 if n_t + n_c == 0 else reference.srm_pvalue(n_t, n_c, ratio)


# ---- diff_in_diff ---------------------------------------------------------------------------


def _panel(pre, post, treated):
    return np.asarray(pre, float), np.asarray(post, float), np.asarray(treated).astype(bool)


def _gap(values, treated):
    if treated.all() or not treated.any():
        return float("nan")
    return float(values[treated].mean() - values[~treated].mean())


def after_only(pre, post, treated):
    """You compared the groups after the treatment. How far apart were they before it?"""
    _, post, treated = _panel(pre, post, treated)
    return _gap(post, treated)


def treated_before_and_after(pre, post, treated):
    """You compared the treated with themselves before. What would they have done anyway?"""
    pre, post, treated = _panel(pre, post, treated)
    return float((post - pre)[treated].mean()) if treated.any() else float("nan")


def zero_spenders_dropped(pre, post, treated):
    """Households that spent nothing afterwards are a result, not missing data: keep them."""
    pre, post, treated = _panel(pre, post, treated)
    kept = post > 0
    return _gap((post - pre)[kept], treated[kept])


def groups_swapped(pre, post, treated):
    """The treated come first: your effect has the wrong sign."""
    return -reference.diff_in_diff(pre, post, treated)


def sums_for_means(pre, post, treated):
    """The larger group changes more in total; compare means, a household each."""
    pre, post, treated = _panel(pre, post, treated)
    if treated.all() or not treated.any():
        return float("nan")
    return float((post - pre)[treated].sum() - (post - pre)[~treated].sum())


def relative_changes(pre, post, treated):
    """The effect is asked for in dollars per household; you compared growth in per cent."""
    pre, post, treated = _panel(pre, post, treated)
    if treated.all() or not treated.any():
        return float("nan")
    growth = [post[group].sum() / pre[group].sum() - 1 for group in (treated, ~treated)]
    return float(growth[0] - growth[1])


def medians_for_means(pre, post, treated):
    """The median household is not the mean one, and budgets are paid by means."""
    pre, post, treated = _panel(pre, post, treated)
    if treated.all() or not treated.any():
        return float("nan")
    change = post - pre
    return float(np.median(change[treated]) - np.median(change[~treated]))


# ---- t_learner_uplift -----------------------------------------------------------------------


def _fit(make, X, y):
    return make().fit(np.asarray(X), np.asarray(y))


def _both_arms(t):
    return (np.asarray(t) == 1).any() and (np.asarray(t) != 1).any()


def outcome_for_uplift(X, t, y, Xnew, make=reference.LinearRegression):
    """That is how likely a customer is to buy, with or without the coupon: propensity. Uplift is
    what the coupon changes.
    """
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    return np.asarray(_fit(make, X, y).predict(Xnew), float)


def treated_model_only(X, t, y, Xnew, make=reference.LinearRegression):
    """You predict the outcome with the treatment. Subtract what would happen without it."""
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    arm = np.asarray(t) == 1
    return np.asarray(_fit(make, X[arm], y[arm]).predict(Xnew), float)


def arms_swapped(X, t, y, Xnew, make=reference.LinearRegression):
    """The sign is reversed: with the treatment less without it."""
    return -reference.t_learner_uplift(X, t, y, Xnew, make)


def treatment_predicted(X, t, y, Xnew, make=reference.LinearRegression):
    """Your model predicts who was treated, and that was a coin. It must learn the outcome."""
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    return np.asarray(_fit(make, X, t).predict(Xnew), float)


def one_model_with_a_flag(X, t, y, Xnew, make=reference.LinearRegression):
    """One model with the treatment as a column is an S-learner: if it is linear, everybody has the
    same uplift. The T-learner has two.
    """
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    model = _fit(make, np.column_stack([X, t]), y)
    with_it = model.predict(np.column_stack([Xnew, np.ones(len(Xnew))]))
    without = model.predict(np.column_stack([Xnew, np.zeros(len(Xnew))]))
    return np.asarray(with_it - without, float)


def one_model_refitted(X, t, y, Xnew, make=reference.LinearRegression):
    """Both arms were learned by the same object: the second fit overwrote the first, and the
    difference is 0. Call ``make()`` once for each arm.
    """
    if not _both_arms(t):
        return np.full(len(Xnew), np.nan)
    arm, model = np.asarray(t) == 1, make()
    with_it = model.fit(X[arm], y[arm])
    without = model.fit(X[~arm], y[~arm])
    return np.asarray(with_it.predict(Xnew) - without.predict(Xnew), float)


def model_of_its_own(X, t, y, Xnew, make=reference.LinearRegression):
    """``make`` says which model to use; you used one of your own."""
    return reference.t_learner_uplift(X, t, y, Xnew)


# ---- uplift_at_k ----------------------------------------------------------------------------


def _chosen(score, frac, *, sign=-1, n_chosen=None):
    score = np.asarray(score, float)
    n = int(frac * len(score)) if n_chosen is None else n_chosen
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
    """That is how many of the treated bought. Who would have bought anyway?"""
    chosen = _chosen(score, frac)
    y, t = np.asarray(y, float)[chosen], np.asarray(t)[chosen] == 1
    return float("nan") if t.all() or not t.any() else float(y[t].mean())


def counts_for_rates(y, t, score, frac):
    """You subtracted sums. The arms differ in size: compare means."""
    chosen = _chosen(score, frac)
    y, t = np.asarray(y, float)[chosen], np.asarray(t)[chosen] == 1
    return float("nan") if t.all() or not t.any() else float(y[t].sum() - y[~t].sum())


def divided_by_all_chosen(y, t, score, frac):
    """Each arm is divided by its own size, not by the number of chosen."""
    chosen = _chosen(score, frac)
    y, t = np.asarray(y, float)[chosen], np.asarray(t)[chosen] == 1
    return float("nan") if t.all() or not t.any() else float((y[t].sum() - y[~t].sum()) / len(y))


def everybody_chosen(y, t, score, frac):
    """That is the effect on everybody: the score and ``frac`` choose only a part."""
    return _difference(y, t, np.arange(len(score)))


def top_of_each_arm(y, t, score, frac):
    """You took the top of each arm by itself. A campaign ranks all customers in one list."""
    score, t = np.asarray(score, float), np.asarray(t)
    chosen = []
    for arm in (1, 0):
        rows = np.flatnonzero(t == arm)
        n = int(frac * len(rows))
        chosen.append(rows[np.argsort(-score[rows], kind="stable")[:n]])
    return _difference(y, t, np.concatenate(chosen))


def ties_backwards(y, t, score, frac):
    """Of equal scores the customer further up the list comes first: sort ``-score`` with
    ``kind="stable"``.
    """
    reversed_order = np.argsort(np.asarray(score, float), kind="stable")[::-1]
    return _difference(y, t, reversed_order[: int(frac * len(score))])


def empty_arm_counts_zero(y, t, score, frac):
    """With nobody in one arm nothing can be compared: NaN, not 0."""
    value = reference.uplift_at_k(y, t, score, frac)
    return 0.0 if math.isnan(value) else value


def part_rounded_up(y, t, score, frac):
    """The number of chosen is rounded down; yours is one larger."""
    return _difference(y, t, _chosen(score, frac, n_chosen=math.ceil(frac * len(score))))


def part_rounded_half_up(y, t, score, frac):
    """The number of chosen is rounded down, not to the nearest whole number."""
    return _difference(y, t, _chosen(score, frac, n_chosen=int(frac * len(score) + 0.5)))


PLANTED_UPLIFT = {
    function.__name__: function
    for function in (
        lowest_scores_first,
        rate_of_the_treated,
        counts_for_rates,
        divided_by_all_chosen,
        everybody_chosen,
        top_of_each_arm,
        ties_backwards,
        empty_arm_counts_zero,
    )
}


# ---- kill_uplift ----------------------------------------------------------------------------

_Y, _T = [1, 0, 1, 1, 0, 0], [1, 0, 0, 1, 1, 0]
_SCORE = [6, 5, 4, 3, 2, 1]


def accepts_any_uplift(fn):
    """Your test accepts everything. Compute one result by hand and insist on it."""
    fn(_Y, _T, _SCORE, 0.5)
    return True


def rejects_any_uplift(fn):
    """Your test rejects right implementations too: allow for rounding, and remember that NaN equals
    nothing, not even NaN.
    """
    return False


def whole_list_only(fn):
    """With ``frac = 1`` it does not matter who is chosen. Try a part."""
    return bool(np.isclose(fn(_Y, _T, _SCORE, 1.0), reference.uplift_at_k(_Y, _T, _SCORE, 1.0)))


def looks_only_at_the_sign(fn):
    """Your test asks for the sign alone. By how many wrong formulas is it right?"""
    return bool(fn(_Y, _T, _SCORE, 0.5) > 0)


def equal_arms_only(fn):
    """One customer of each arm among the chosen: sums and means are then the same."""
    return bool(np.isclose(fn([1, 0, 1, 0], [1, 0, 1, 0], [4, 3, 2, 1], 0.5), 1.0))


def looks_only_at_nan(fn):
    """Your test looks at the case without a comparison alone. What of the others?"""
    return math.isnan(fn(_Y, [1] * 6, _SCORE, 0.5))


# ---- ips_snips_ess --------------------------------------------------------------------------


def _estimates(w, r):
    r = np.asarray(r, float)
    if not w.any():
        return 0.0, float("nan"), 0.0
    snips = float((w * r).sum() / w.sum())
    return float((w * r).mean()), snips, float(w.sum() ** 2 / (w**2).sum())


def weights_inverted(r, pi_e, pi_b):
    """The weights are upside down: what the old policy rarely did must count for more."""
    e, b = np.asarray(pi_e, float), np.asarray(pi_b, float)
    return _estimates(np.divide(b, e, out=np.zeros_like(b), where=e > 0), r)


def not_weighted(r, pi_e, pi_b):
    """That is what the *old* policy earned. Weigh every row by what the new one would have done."""
    w = np.ones(len(r))
    return _estimates(w, r) if np.any(pi_e) else (0.0, float("nan"), 0.0)


def new_policy_alone(r, pi_e, pi_b):
    """You weighed by the new policy alone. The log already holds more of what the old one liked:
    divide by that.
    """
    return _estimates(np.asarray(pi_e, float), r)


def matched_rows_only(r, pi_e, pi_b):
    """You kept the rows on which the new policy is likelier than the old, with weight 1. All rows
    count, each with its weight.
    """
    e, b = np.asarray(pi_e, float), np.asarray(pi_b, float)
    return _estimates((e >= b).astype(float), r)


def snips_for_ips(r, pi_e, pi_b):
    """IPS divides by the number of rows; only SNIPS divides by the sum of the weights."""
    _, snips, ess = reference.ips_snips_ess(r, pi_e, pi_b)
    return (0.0 if math.isnan(snips) else snips), snips, ess


def rows_for_ess(r, pi_e, pi_b):
    """You counted the rows with a weight. A row with a hundredth of the weight of another does not
    tell as much.
    """
    ips, snips, _ = reference.ips_snips_ess(r, pi_e, pi_b)
    return ips, snips, float(np.count_nonzero(pi_e))


def weights_clipped(r, pi_e, pi_b):
    """You cut the weights off at 10. That trades variance for bias, and the contract does not ask
    for it.
    """
    return _estimates(np.minimum(np.asarray(pi_e, float) / np.asarray(pi_b, float), 10.0), r)


# ---- thompson_step --------------------------------------------------------------------------


def _counts(successes, trials):
    return np.asarray(successes, float), np.asarray(trials, float)


def best_mean_so_far(successes, trials, rng):
    """You take the arm with the best mean. An arm that was unlucky at first is never tried again:
    draw from what you believe.
    """
    s, n = _counts(successes, trials)
    return int(((1 + s) / (2 + n)).argmax())


def trials_for_failures(successes, trials, rng):
    """The second parameter counts failures, not trials."""
    s, n = _counts(successes, trials)
    return int(np.random.default_rng(rng).beta(1 + s, 1 + n).argmax())


def parameters_swapped(successes, trials, rng):
    """Successes and failures are swapped: you prefer the arm that fails most."""
    s, n = _counts(successes, trials)
    return int(np.random.default_rng(rng).beta(1 + n - s, 1 + s).argmax())


def in_proportion_to_the_mean(successes, trials, rng):
    """You drew the arm with chances proportional to the mean. It should be chosen as often as it is
    the best, which is another number.
    """
    s, n = _counts(successes, trials)
    mean = (1 + s) / (2 + n)
    return int(np.random.default_rng(rng).choice(len(mean), p=mean / mean.sum()))


def same_draw_every_time(successes, trials, rng):
    """Every step draws the same numbers, since the generator is made anew from a fixed seed. Use
    the one you are given.
    """
    s, n = _counts(successes, trials)
    return int(np.random.default_rng(0).beta(1 + s, 1 + n - s).argmax())


def tried_arms_only(successes, trials, rng):
    """An arm without trials was never chosen. Nothing is known of it: it may be the best."""
    s, n = _counts(successes, trials)
    drawn = np.random.default_rng(rng).beta(1 + s, 1 + n - s)
    return int(np.where(n > 0, drawn, -1.0).argmax())


def epsilon_greedy(successes, trials, rng):
    """That is epsilon-greedy: it explores all arms alike, the hopeless ones too."""
    s, n = _counts(successes, trials)
    rng = np.random.default_rng(rng)
    if rng.random() < 0.1:
        return int(rng.integers(len(s)))
    return int(((1 + s) / (2 + n)).argmax())


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
    """You send wherever sending pays more *today*. The coupon of today also costs the weeks after
    it, which come from a more tired customer.
    """
    now = np.array([wait, send], float)
    then, greedy = _moves(now.shape[1]), (now[1] > now[0]).astype(int)
    rows = np.arange(now.shape[1])
    moves = np.eye(now.shape[1])[then[greedy, rows]]
    values = np.linalg.solve(np.eye(now.shape[1]) - gamma * moves, now[greedy, rows])
    return values.tolist(), greedy.tolist()


def a_single_sweep(wait, send, gamma):
    """You looked a week or two ahead. Repeat the update until the values stop changing."""
    now = np.array([wait, send], float)
    return _iterate(now, _moves(now.shape[1]), gamma, sweeps=1)


def stopped_at_a_small_change(wait, send, gamma):
    """You stopped when a sweep changed less than 1e-6. Many small changes are still to come: near
    gamma = 1 they add up to far more than the last one.
    """
    now = np.array([wait, send], float)
    return _iterate(now, _moves(now.shape[1]), gamma, enough=1e-6)


def fatigue_never_fades(wait, send, gamma):
    """In your model waiting leaves the fatigue as it is. It lowers it by 1."""
    now = np.array([wait, send], float)
    then = _moves(now.shape[1])
    then[0] = np.arange(now.shape[1])
    return _iterate(now, then, gamma)


def fatigue_falls_to_zero(wait, send, gamma):
    """In your model one week of waiting makes a customer as good as new. It lowers fatigue by 1."""
    now = np.array([wait, send], float)
    then = _moves(now.shape[1])
    then[0] = 0
    return _iterate(now, then, gamma)


def reward_of_the_next_state(wait, send, gamma):
    """You paid the reward of the state that the customer moves to; this week's depends on the
    fatigue she has now.
    """
    now = np.array([wait, send], float)
    then = _moves(now.shape[1])
    return _iterate(np.take_along_axis(now, then, axis=1), then, gamma)


def actions_without_future(wait, send, gamma):
    """The values are right, but the actions compare the rewards of this week alone."""
    values, _ = reference.coupon_policy(wait, send, gamma)
    return values, [int(s > w) for w, s in zip(wait, send, strict=True)]


def actions_inverted(wait, send, gamma):
    """1 is to send, 0 is to wait."""
    values, actions = reference.coupon_policy(wait, send, gamma)
    return values, [1 - a for a in actions]
