"""What a coupon changed, and how to learn that while sending: experiments, uplift, bandits.

Sources: Welch, Biometrika 1947; Künzel et al., PNAS 2019 (T-learner); Horvitz and Thompson, JASA
1952, and Swaminathan and Joachims, NIPS 2015 (IPS, SNIPS); Thompson, Biometrika 1933; Bellman,
"Dynamic Programming" (1957).
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats
from sklearn.linear_model import LinearRegression


def break_memo(defect: str) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]]]:
    """Return data on which a memo with one known defect is wrong.

    The correct ``memo(households, log)`` returns three numbers. *Effect*: how much more the mean
    spending of the recipients rose than that of the others. *Arm*: of the arms in the first half of
    the log, the one with the highest click rate there, of equals the lowest number. *Rate*: the
    click rate of that arm in the second half, NaN if it was not shown there.

    Parameters
    ----------
    defect : str
        One of

        - ``"post_only"``: the effect is the difference in spending after the campaign;
        - ``"recipients_only"``: the effect is the rise of the recipients alone;
        - ``"buyers_only"``: households that spent nothing after the campaign are left out;
        - ``"arm_by_clicks"``: the arm is the one with most clicks;
        - ``"arm_from_whole_log"``: the arm is chosen on both halves together;
        - ``"rate_in_sample"``: the rate is that of the half that chose the arm.

    Returns
    -------
    households : list of (int, int, int)
        Sent the campaign (1 or 0), spending before and after it (USD, 0 to 999). From 2 to 8, of
        whom at least one was sent the campaign and at least one was not.
    log : list of (int, int)
        Arm (0 to 9) and click (1 or 0), in the order of time. An even number from 2 to 12; the
        first half chooses, the second measures.

    Examples
    --------
    >>> households, log = break_memo("post_only")
    >>> len(households) <= 8 and len(log) <= 12
    True
    """
    households = [(1, 50, 50), (0, 10, 10)]
    log = [(0, 1), (0, 1)]
    if defect == "recipients_only":
        households = [(1, 50, 60), (0, 10, 20)]
    if defect == "buyers_only":
        households = [(1, 50, 50), (1, 30, 0), (0, 10, 10)]
    if defect == "arm_by_clicks":
        log = [(0, 1), (0, 1), (0, 0), (1, 1), *[(0, 1), (1, 1)] * 2]
    if defect == "arm_from_whole_log":
        log = [(0, 1), (0, 0), (1, 0), (1, 1), (1, 1), (0, 0)]
    if defect == "rate_in_sample":
        log = [(0, 1), (0, 0)]
    return households, log


def ab_readout(treated: Sequence[float], control: Sequence[float]) -> tuple[float, float, float]:
    r"""Read an experiment: the difference in means, and its 95 % interval by Welch.

    .. math::
        \bar x_t - \bar x_c \pm t_{0.975, \nu} \sqrt{v_t + v_c}, \qquad v = s^2 / n, \qquad
        \nu = \frac{(v_t + v_c)^2}{v_t^2 / (n_t - 1) + v_c^2 / (n_c - 1)}

    with the sample variance :math:`s^2` (divided by :math:`n - 1`) of each arm.

    Parameters
    ----------
    treated, control : sequence of float
        One number for each unit that was randomised, at least 2 in each arm.

    Returns
    -------
    difference, low, high : float
        Treated less control. When neither arm varies, both ends are the difference.

    Examples
    --------
    Means 4 and 2, v = 4 / 3 + 1 / 3, nu = 2.94, t = 3.22: the interval is 2 ± 4.16.

    >>> [round(x, 2) for x in ab_readout([2, 4, 6], [1, 2, 3])]
    [2.0, -2.16, 6.16]
    """
    t, c = (np.asarray(arm, dtype=float) for arm in (treated, control))
    difference = float(t.mean() - c.mean())
    v_t, v_c = t.var(ddof=1) / len(t), c.var(ddof=1) / len(c)
    if v_t + v_c == 0:
        return difference, difference, difference
    nu = (v_t + v_c) ** 2 / (v_t**2 / (len(t) - 1) + v_c**2 / (len(c) - 1))
    half = float(stats.t.ppf(0.975, nu) * math.sqrt(v_t + v_c))
    return difference, difference - half, difference + half


def sample_size(p0: float, rel_mde: float, alpha: float = 0.05, power: float = 0.8) -> int:
    r"""How many units *each* arm needs to detect a relative change of a rate.

    .. math::
        n = \left\lceil \frac{(z_{1 - \alpha / 2} + z_{\mathrm{power}})^2
        \, (p_0 (1 - p_0) + p_1 (1 - p_1))}{(p_1 - p_0)^2} \right\rceil, \qquad
        p_1 = p_0 (1 + \mathrm{rel\_mde})

    Parameters
    ----------
    p0 : float
        The rate without treatment, between 0 and 1.
    rel_mde : float
        The smallest change worth detecting, as a part of ``p0``: 0.1 from 5 % is 5.5 %. A negative
        one is a drop.
    alpha : float
        How often a test on both sides may raise a false alarm.
    power : float
        How often it must see a change of that size.

    Returns
    -------
    n : int
        Per arm, rounded up.

    Raises
    ------
    ValueError
        When ``rel_mde`` is 0, or ``p1`` is not between 0 and 1, the ends excluded.

    Examples
    --------
    (1.960 + 0.842)² x (0.0475 + 0.051975) / 0.005² = 7.849 x 3,979.

    >>> sample_size(0.05, 0.10)
    31231
    """
    p1 = p0 * (1 + rel_mde)
    if rel_mde == 0 or not 0 < p1 < 1:
        raise ValueError(f"rel_mde is {rel_mde}: it must lead from p0 to another rate.")
    z = stats.norm.ppf(1 - alpha / 2) + stats.norm.ppf(power)
    return math.ceil(z**2 * (p0 * (1 - p0) + p1 * (1 - p1)) / (p1 - p0) ** 2)


def srm_pvalue(n_t: int, n_c: int, ratio: float = 1.0) -> float:
    r"""Sample ratio mismatch: how surprising the sizes of the arms are.

    .. math::
        \chi^2 = \frac{(n_t - e_t)^2}{e_t} + \frac{(n_c - e_c)^2}{e_c}

    where the expected sizes :math:`e_t, e_c` have the planned ratio and the observed total.

    Parameters
    ----------
    n_t, n_c : int
        Units that were found in each arm.
    ratio : float
        How many treated units were *planned* for each control unit.

    Returns
    -------
    p : float
        The chance of a larger :math:`\chi^2` with one degree of freedom; NaN without any units.
        Below 0.001 nobody reads the result: something lost units on one side.

    Examples
    --------
    400 and 100 where 1 to 1 was planned is impossible; where 4 to 1 was planned it is exact.

    >>> srm_pvalue(400, 100) < 1e-6, srm_pvalue(400, 100, ratio=4)
    (True, 1.0)
    """
    if n_t + n_c == 0:
        return float("nan")
    expected_t = (n_t + n_c) * ratio / (1 + ratio)
    expected_c = (n_t + n_c) / (1 + ratio)
    chi2 = (n_t - expected_t) ** 2 / expected_t + (n_c - expected_c) ** 2 / expected_c
    return float(stats.chi2.sf(chi2, 1))


def diff_in_diff(pre: Sequence[float], post: Sequence[float], treated: Sequence[bool]) -> float:
    """How much more the treated changed than the others.

    It is an effect only if both groups would have changed alike without the treatment.

    Parameters
    ----------
    pre, post : sequence of float
        What each household spent before and after (USD). Who spent nothing stays in, with 0.
    treated : sequence of bool, or of 0 and 1
        Who was treated.

    Returns
    -------
    effect : float
        Mean change of the treated less mean change of the others (USD per household); NaN when
        either group is empty.

    Examples
    --------
    The treated rose from 40 to 45 on average, the others from 10 to 12: 5 less 2.

    >>> diff_in_diff([60, 20, 10], [90, 0, 12], [True, True, False])
    3.0
    """
    change = np.asarray(post, dtype=float) - np.asarray(pre, dtype=float)
    is_treated = np.asarray(treated).astype(bool)
    if is_treated.all() or not is_treated.any():
        return float("nan")
    return float(change[is_treated].mean() - change[~is_treated].mean())


def t_learner_uplift(
    X: np.ndarray,
    t: np.ndarray,
    y: np.ndarray,
    Xnew: np.ndarray,
    make: Callable = LinearRegression,
) -> np.ndarray:
    """What a treatment changes for each customer, by two models.

    One model learns the outcome of the treated, another that of the rest. Their difference on the
    same customer is her uplift.

    Parameters
    ----------
    X : ndarray, shape (n_customers, n_features)
        Known before the treatment.
    t : ndarray of int, shape (n_customers,)
        1 where treated, 0 where not; by a coin.
    y : ndarray, shape (n_customers,)
        The outcome.
    Xnew : ndarray, shape (n_new, n_features)
        Whom to score.
    make : callable
        ``make()`` is a new model with ``fit(X, y)`` and ``predict(X)``.

    Returns
    -------
    uplift : ndarray of float, shape (n_new,)
        Predicted outcome with the treatment less without; all NaN when either arm is empty.

    Examples
    --------
    Without treatment y = x, with it y = 3 x: at x = 5 the uplift is 15 - 5.

    >>> X, t = np.array([[1], [2], [1], [2]]), np.array([0, 0, 1, 1])
    >>> t_learner_uplift(X, t, np.array([1, 2, 3, 6]), np.array([[5]])).round(6)
    array([10.])
    """
    is_treated = np.asarray(t) == 1
    if is_treated.all() or not is_treated.any():
        return np.full(len(Xnew), np.nan)
    X, y = np.asarray(X), np.asarray(y)
    with_it = make().fit(X[is_treated], y[is_treated]).predict(Xnew)
    without = make().fit(X[~is_treated], y[~is_treated]).predict(Xnew)
    return np.asarray(with_it - without, dtype=float)


def uplift_at_k(y: Sequence[float], t: Sequence[int], score: Sequence[float], frac: float) -> float:
    """What the treatment changed among those whom a model would choose first.

    Parameters
    ----------
    y : sequence of float
        The outcome of each of the n customers of a randomised experiment.
    t : sequence of int
        1 where treated, 0 where not.
    score : sequence of float
        What the model said; the highest are chosen first, of equals the one further up the list.
    frac : float
        The part to choose, above 0 and at most 1: the ``n * frac`` best, rounded down.

    Returns
    -------
    uplift : float
        Mean outcome of the treated among the chosen less that of the untreated among them; NaN when
        either is nobody.

    Examples
    --------
    The upper half are the first four: 2 of 3 treated bought, and 0 of 1 untreated.

    >>> score = [8, 7, 6, 5, 4, 3, 2, 1]
    >>> round(uplift_at_k([1, 1, 0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 1, 0], score, 0.5), 4)
    0.6667
    """
    n_chosen = int(frac * len(score))
    chosen = np.argsort(-np.asarray(score, dtype=float), kind="stable")[:n_chosen]
    outcome, is_treated = np.asarray(y, dtype=float)[chosen], np.asarray(t)[chosen] == 1
    if is_treated.all() or not is_treated.any():
        return float("nan")
    return float(outcome[is_treated].mean() - outcome[~is_treated].mean())


def kill_uplift(fn) -> bool:
    """Test an implementation of `uplift_at_k`: True if it is right, False if it is wrong.

    Your test is tried on right implementations, each written differently, and on eight wrong ones,
    each with one planted mistake. It must accept every right one and reject at least seven of the
    eight. An exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(y, t, score, frac)``, with the contract of `uplift_at_k`.

    Returns
    -------
    verdict : bool
        Values that differ in the ninth digit are no mistake.

    Examples
    --------
    >>> kill_uplift(uplift_at_k)
    True
    >>> kill_uplift(lambda y, t, score, frac: 0.0)
    False
    """
    y = [3.0, 1.0, 0.0, 5.0, 2.0, 0.0, 7.0, 1.0, 4.0, 0.0]
    t = [1, 1, 1, 0, 0, 1, 0, 0, 1, 0]
    score = [0.5, 0.9, 0.1, 0.5, 0.8, 0.5, 0.2, 0.7, -2.0, -1.0]
    cases = [(y, t, score, frac) for frac in (0.2, 0.4, 0.5, 0.6, 0.8, 1.0)]
    cases += [(y, t, score, 0.01), (y, [1] * 10, score, 0.5), (y, [0] * 10, score, 0.5)]
    return all(
        np.isclose(fn(*case), uplift_at_k(*case), rtol=1e-7, atol=1e-9, equal_nan=True)
        for case in cases
    )


def ips_snips_ess(
    r: Sequence[float], pi_e: Sequence[float], pi_b: Sequence[float]
) -> tuple[float, float, float]:
    r"""Estimate from one policy's log what another policy would have earned.

    .. math::
        w_i = \frac{\pi_e(a_i)}{\pi_b(a_i)}, \quad
        \mathrm{IPS} = \frac1n \sum_i w_i r_i, \quad
        \mathrm{SNIPS} = \frac{\sum_i w_i r_i}{\sum_i w_i}, \quad
        \mathrm{ESS} = \frac{(\sum_i w_i)^2}{\sum_i w_i^2}

    Parameters
    ----------
    r : sequence of float
        The reward of each logged action.
    pi_e, pi_b : sequence of float
        How likely the policy to evaluate, and the one that wrote the log (the *behaviour* policy),
        were to take that action. ``pi_b`` is above 0, for the action was taken; ``pi_e`` may be 0.

    Returns
    -------
    ips, snips : float
        Reward per action. SNIPS is NaN when every weight is 0.
    ess : float
        The effective sample size, from 1 to n: how many equally weighted rows tell as much; 0 when
        every weight is 0.

    Examples
    --------
    The weights are 2, 0.5 and 0: IPS = 2 / 3, SNIPS = 2 / 2.5, ESS = 2.5² / 4.25.

    >>> [round(x, 3) for x in ips_snips_ess([1, 0, 1], [0.5, 0.25, 0], [0.25, 0.5, 0.25])]
    [0.667, 0.8, 1.471]
    """
    w = np.asarray(pi_e, dtype=float) / np.asarray(pi_b, dtype=float)
    earned = w * np.asarray(r, dtype=float)
    if not w.any():
        return 0.0, float("nan"), 0.0
    return (
        float(earned.mean()),
        float(earned.sum() / w.sum()),
        float(w.sum() ** 2 / (w**2).sum()),
    )


def thompson_step(
    successes: Sequence[int], trials: Sequence[int], rng: np.random.Generator | int
) -> int:
    """Choose an arm as often as it may be the best, given what is known.

    Draw one click rate for each arm from what is believed of it, and take the arm with the highest.
    The belief starts uniform on [0, 1] and is updated by every trial:
    Beta(1 + successes, 1 + failures).

    Parameters
    ----------
    successes, trials : sequence of int
        Clicks and displays of each arm so far; an arm may not have been tried.
    rng : Generator or int
        Where the randomness comes from, or its seed: what ``numpy.random.default_rng`` takes. A
        generator is used, not copied, so that the next step draws anew.

    Returns
    -------
    arm : int
        The chosen arm, counted from 0.

    Examples
    --------
    A coin could hardly make the first arm look better.

    >>> thompson_step([0, 90], [100, 100], 0)
    1
    """
    s, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    return int(np.random.default_rng(rng).beta(1 + s, 1 + n - s).argmax())


def coupon_policy(
    wait: Sequence[float], send: Sequence[float], gamma: float
) -> tuple[list[float], list[int]]:
    r"""When to send a coupon to a customer who tires of coupons, by value iteration.

    The *state* is her fatigue, 0 to m - 1. Each week brings a *reward* that depends on it, and
    moves it: waiting lowers fatigue by 1 (not below 0), sending raises it by 1 (not above m - 1).

    .. math::
        V(f) = \max \{ \mathrm{wait}_f + \gamma V(\max(f - 1, 0)), \;
        \mathrm{send}_f + \gamma V(\min(f + 1, m - 1)) \}

    Parameters
    ----------
    wait, send : sequence of float, length m
        The expected margin of this week at each fatigue, without and with a coupon.
    gamma : float
        What a margin of next week is worth today, at least 0 and below 1.

    Returns
    -------
    values : list of float
        What a customer in each state is worth under the best policy, within 1e-6.
    actions : list of int
        The best action in each state: 1 to send, 0 to wait; 0 where both are worth the same to
        within 1e-6.

    Examples
    --------
    Sending pays more today in both states, and yet the tired customer is left alone: 3 and 1 by
    turns is 4 in two weeks, always sending is 2 x 1.5 in the long run.

    >>> values, actions = coupon_policy([2.0, 1.0], [3.0, 1.5], 0.9)
    >>> actions, [round(v, 1) for v in values]
    ([1, 0], [20.5, 19.5])
    """
    now = np.array([wait, send], dtype=float)
    fatigue = np.arange(now.shape[1])
    then = np.array([np.maximum(fatigue - 1, 0), np.minimum(fatigue + 1, fatigue[-1])])
    values = np.zeros(len(fatigue))
    while True:
        worth = now + gamma * values[then]
        # The error that is left is at most gamma / (1 - gamma) times the last change.
        if gamma * abs(worth.max(axis=0) - values).max() <= 1e-9 * (1 - gamma):
            actions = worth[1] > worth[0] + 1e-6
            return worth.max(axis=0).tolist(), actions.astype(int).tolist()
        values = worth.max(axis=0)
