"""What a coupon changed, and how to learn that while sending: experiments, uplift, bandits.

Sources: Welch, Biometrika 1947; Deng, Xu, Kohavi and Walker, WSDM 2013 (CUPED); O'Brien and
Fleming, Biometrics 1979 (looking several times); Deng, Knoblich and Lu, KDD 2018 (the delta method
for ratios); Künzel et al., PNAS 2019 (T-learner); Horvitz and Thompson, JASA 1952, and Swaminathan
and Joachims, NIPS 2015 (IPS, SNIPS); Thompson, Biometrika 1933; Bellman, "Dynamic Programming"
(1957).
"""

import math
from collections.abc import Callable, Sequence

import numpy as np
from scipy import stats
from sklearn.linear_model import LinearRegression


def break_memo(defect: str) -> tuple[list[tuple[int, int, int]], list[tuple[int, int]]]:
    """Return data on which a memo with one known defect is wrong.

    The correct ``memo(households, log)`` returns three numbers. *Effect* is the difference in
    differences: the mean change in spending of the recipients less the mean change of the others.
    *Arm* is the arm with the highest click rate in the first half of the log; of equal ones the
    lowest number. *Rate* is the click rate of that arm in the second half, NaN if it was not shown
    there.

    Parameters
    ----------
    defect : str
        One of

        - ``"post_only"``: the effect is the difference in mean spending after the campaign;
        - ``"recipients_only"``: the effect is the mean change of the recipients alone;
        - ``"buyers_only"``: households that spent nothing after the campaign are left out; if a
          group has nobody left, its mean change and the effect are NaN;
        - ``"arm_by_clicks"``: the arm is the one with most clicks in the first half;
        - ``"arm_from_whole_log"``: the arm is chosen on both halves together;
        - ``"rate_in_sample"``: the rate is computed on the first half, which chose the arm.

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
    """Read an experiment: the difference in means, with Welch's 95 % interval.

    Welch's interval is based on t and lets each arm have its own variance.

    The arguments are left as they are.

    Parameters
    ----------
    treated, control : sequence of float
        One number for each unit that was assigned at random, at least 2 in each arm.

    Returns
    -------
    difference, low, high : float
        Treated less control. If neither arm varies, both ends are the difference.

    Examples
    --------
    The means are 4 and 2, and the variances of these means 4 / 3 and 1 / 3. With 2.94 degrees of
    freedom the quantile is 3.22, so the interval is 2 ± 4.16.

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


def cuped(y: Sequence[float], x: Sequence[float], t: Sequence[int]) -> tuple[float, float, float]:
    """Read an experiment with less noise, by what each unit did *before* it (CUPED).

    Subtract from each outcome the part that the past explains, and read the rest by `ab_readout`.
    The part is a straight line in ``x`` with mean 0 over all units. Its slope is the one that
    leaves the least variance; it is one slope, computed over both arms together.

    The arguments are left as they are.

    Parameters
    ----------
    y : sequence of float
        The outcome of each unit during the experiment.
    x : sequence of float
        The same quantity, or any other, measured before the experiment began.
    t : sequence of int
        1 where treated, 0 where not, by a coin; at least 2 units in each arm.

    Returns
    -------
    difference, low, high : float
        Treated less control, with the 95 % interval. If ``x`` does not vary the slope is 0.

    Examples
    --------
    The slope is 1.2 and the mean of x is 3, so what is left of y is 5.6, 5.2, 5.8 and 5.4. Without
    the correction the difference would be 5: the treated units were larger before.

    >>> [round(v, 2) for v in cuped([2, 4, 7, 9], [0, 2, 4, 6], [0, 0, 1, 1])]
    [0.2, -1.02, 1.42]
    """
    outcome, past = np.asarray(y, dtype=float), np.asarray(x, dtype=float)
    centred = past - past.mean()
    slope = centred @ outcome / (centred @ centred) if np.ptp(past) > 0 else 0.0
    rest, is_treated = outcome - slope * centred, np.asarray(t) == 1
    return ab_readout(rest[is_treated].tolist(), rest[~is_treated].tolist())


def first_crossing(z: Sequence[float], c: float) -> int:
    r"""At which of several planned looks an experiment may stop, by O'Brien and Fleming.

    Whoever looks K times needs limits above 1.96. These limits are high at first and fall with the
    square root of the look, so that at the last look the limit is ``c``.

    The arguments are left as they are.

    Parameters
    ----------
    z : sequence of float, length K
        The test statistic (difference / standard error) at each of K equally spaced looks, in the
        order of time. All K planned looks are given.
    c : float
        The limit at the last look: 2.04 for 5 looks, 2.09 for 10, 2.13 for 20.

    Returns
    -------
    look : int
        The first look, counted from 1, at which ``z`` is beyond its limit on either side; 0 if
        there is none. On the limit is not beyond it.

    Examples
    --------
    With four looks and c = 2 the limits are 4, 2.83, 2.31 and 2.

    >>> first_crossing([2.5, 2.7, -2.4, 1.0], 2.0)
    3
    >>> first_crossing([3.9, 2.0, 1.0, -1.9], 2.0)
    0
    """
    looks = np.arange(1, len(z) + 1)
    # On the scale of z times the root of the look the limit is the same at every look.
    beyond = np.abs(np.asarray(z, dtype=float)) * np.sqrt(looks) > c * math.sqrt(len(z)) * (
        1 + 1e-9
    )
    return int(looks[beyond][0]) if beyond.any() else 0


def ratio_interval(revenue: Sequence[float], orders: Sequence[int]) -> tuple[float, float, float]:
    """Revenue per order, with a 95 % interval whose unit is the household.

    Orders of one household are alike, so they are not independent; households are. Revenue and
    orders of a household vary together. The *delta method* handles both: near the true ratio, the
    error of a ratio of two means behaves like the mean of a linear combination of the two.

    The arguments are left as they are.

    Parameters
    ----------
    revenue : sequence of float
        Revenue of each household (USD); one without an order may have some too, and it counts.
    orders : sequence of int
        Number of its orders; households with 0 orders belong to the data. At least 2 households.

    Returns
    -------
    ratio, low, high : float
        Total revenue per order of all households, and the ends at 1.96 standard errors. The sample
        variance divides by n - 1. All three are NaN if nobody ordered.

    Examples
    --------
    The ratio is 90 / 6 = 15. What is left of each household's revenue after 15 USD for each of its
    orders is -5, 5 and 0. The standard error is their standard deviation, 5, divided by the mean
    number of orders, 2, and by the root of 3.

    >>> [round(v, 2) for v in ratio_interval([10, 20, 60], [1, 1, 4])]
    [15.0, 12.17, 17.83]
    """
    u, d = np.asarray(revenue, dtype=float), np.asarray(orders, dtype=float)
    if d.sum() == 0:
        return float("nan"), float("nan"), float("nan")
    ratio = u.sum() / d.sum()
    half = 1.96 * np.std(u - ratio * d, ddof=1) / d.mean() / math.sqrt(len(d))
    return float(ratio), float(ratio - half), float(ratio + half)


def t_learner_uplift(
    X: np.ndarray,
    t: np.ndarray,
    y: np.ndarray,
    Xnew: np.ndarray,
    make: Callable = LinearRegression,
) -> np.ndarray:
    """What a treatment changes for each customer, by two models.

    One model learns the outcome of the treated, another that of the others. The uplift of a
    customer is the difference of their two predictions.

    The arguments are left as they are.

    Parameters
    ----------
    X : ndarray, shape (n_customers, n_features)
        Known before the treatment.
    t : ndarray of int, shape (n_customers,)
        1 where treated, 0 where not; decided by a coin.
    y : ndarray, shape (n_customers,)
        The outcome.
    Xnew : ndarray, shape (n_new, n_features)
        The customers to score.
    make : callable
        ``make()`` is a new model with ``fit(X, y)`` and ``predict(X)``, as in scikit-learn.

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
    # As floats: predictions of one-byte numbers would wrap round when they are subtracted.
    X, y = np.asarray(X), np.asarray(y, dtype=float)
    with_it = make().fit(X[is_treated], y[is_treated]).predict(Xnew)
    without = make().fit(X[~is_treated], y[~is_treated]).predict(Xnew)
    return np.asarray(with_it, dtype=float) - np.asarray(without, dtype=float)


def uplift_at_k(y: Sequence[float], t: Sequence[int], score: Sequence[float], frac: float) -> float:
    """The effect of the treatment among the customers whom a model would choose first.

    The arguments are left as they are.

    Parameters
    ----------
    y : sequence of float
        The outcome of each of the n customers of a randomised experiment.
    t : sequence of int
        1 where treated, 0 where not.
    score : sequence of float
        What the model said. The highest are chosen first; of equal scores the one that comes
        earlier.
    frac : float
        The part to choose, above 0 and at most 1: the ``n * frac`` best, rounded down. A product
        that is whole in nine decimals is whole: 0.29 of 100 is 29.

    Returns
    -------
    uplift : float
        Mean outcome of the chosen who were treated less that of the chosen who were not; NaN if one
        of the two groups is empty.

    Examples
    --------
    The best half are the first four: 2 of 3 treated bought, and 0 of 1 untreated.

    >>> score = [8, 7, 6, 5, 4, 3, 2, 1]
    >>> round(uplift_at_k([1, 1, 0, 0, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0, 1, 0], score, 0.5), 4)
    0.6667
    """
    # Rounded first, because 0.29 * 100 is a little below 29.
    n_chosen = int(round(frac * len(score), 9))
    chosen = np.argsort(-np.asarray(score, dtype=float), kind="stable")[:n_chosen]
    outcome, is_treated = np.asarray(y, dtype=float)[chosen], np.asarray(t)[chosen] == 1
    if is_treated.all() or not is_treated.any():
        return float("nan")
    return float(outcome[is_treated].mean() - outcome[~is_treated].mean())


def kill_uplift(fn) -> bool:
    """Test an implementation of `uplift_at_k`: True if it is right, False if it is wrong.

    Your test is tried on several right implementations, each written differently, and on eight
    wrong ones, each with one planted mistake. It must accept every right one and reject at least
    seven of the eight wrong ones. All eight are right on the docstring's example of `uplift_at_k`.
    If your test raises an exception, that counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(y, t, score, frac)``, with the contract of `uplift_at_k`.

    Returns
    -------
    verdict : bool
        A difference in the ninth significant digit is no mistake.

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
    cases = [(y, t, score, frac) for frac in (0.5, 0.55, 1.0)]
    cases += [(y, t, score, 0.01), (y, [1] * 10, score, 0.5), (y, [0] * 10, score, 0.5)]
    cases += [(y * 10, t * 10, list(range(100, 0, -1)), 0.29)]
    return all(
        np.isclose(fn(*case), uplift_at_k(*case), rtol=1e-7, atol=1e-9, equal_nan=True)
        for case in cases
    )


def ips_snips_ess(
    r: Sequence[float], pi_e: Sequence[float], pi_b: Sequence[float]
) -> tuple[float, float, float]:
    """Estimate from one policy's log what another policy would have earned.

    The log holds too much of what the old policy liked. So each row has a weight: the
    probability of its action under the new policy, divided by that under the old one. *IPS*
    (inverse propensity scoring) is the weighted reward, averaged over all rows. *SNIPS*
    (self-normalised) divides the sum of the weighted rewards by the sum of the weights instead of
    the number of rows. *ESS* (effective sample size) is the number of equally weighted rows with
    the same relative variance: the square of the sum of the weights, divided by the sum of their
    squares.

    The arguments are left as they are.

    Parameters
    ----------
    r : sequence of float
        The reward of each logged action.
    pi_e, pi_b : sequence of float
        The probability of that action under the policy to evaluate, and under the policy that wrote
        the log (the *behaviour* policy). ``pi_b`` is above 0, because the action was taken;
        ``pi_e`` may be 0.

    Returns
    -------
    ips, snips : float
        Reward per action. If every weight is 0, IPS is 0 and SNIPS is NaN.
    ess : float
        From 1 to n; 0 if every weight is 0.

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
    """Choose each arm with the probability that it is the best, given what is known.

    That is Thompson sampling. It needs no such probability: draw one click rate for each arm from
    what is believed about it, and take the arm with the highest draw. Before the first trial every
    rate from 0 to 1 is equally likely; each success and each failure updates this belief by Bayes'
    rule, independently for each arm.

    ``successes`` and ``trials`` are left as they are.

    Parameters
    ----------
    successes, trials : sequence of int
        Clicks and displays of each arm so far; both may be 0.
    rng : Generator or int
        A random generator, or a seed for one: what ``numpy.random.default_rng`` takes. A generator
        is used and not copied, so the next step draws other numbers.

    Returns
    -------
    arm : int
        The chosen arm, counted from 0; one of NumPy's whole numbers will do.

    Examples
    --------
    No clicks in 100 displays, against 90 in 100: the second arm is the best, nearly surely.

    >>> thompson_step([0, 90], [100, 100], 0)
    1
    """
    s, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    return int(np.random.default_rng(rng).beta(1 + s, 1 + n - s).argmax())


def coupon_policy(
    wait: Sequence[float], send: Sequence[float], gamma: float
) -> tuple[list[float], list[int]]:
    r"""When to send a coupon to a customer who tires of coupons, by value iteration.

    The *state* is the customer's fatigue, from 0 to m - 1. Each week brings a *reward* that depends
    on the state and on what is done. Waiting then lowers fatigue by 1 (not below 0), sending raises
    it by 1 (not above m - 1). The *value* of a state is the best sum of this week's reward and all
    later ones, each week worth ``gamma`` times the week before:

    .. math::
        V(f) = \max \{ \mathrm{wait}_f + \gamma V(\max(f - 1, 0)), \;
        \mathrm{send}_f + \gamma V(\min(f + 1, m - 1)) \}

    The arguments are left as they are.

    Parameters
    ----------
    wait, send : sequence of float, length m
        The expected margin of this week at each fatigue, without and with a coupon.
    gamma : float
        What 1 USD of next week is worth today, at least 0 and below 1.

    Returns
    -------
    values : list of float
        The value of each state under the best policy, within 1e-6.
    actions : list of int
        The best action in each state: 1 to send, 0 to wait; 0 also where sending gains at most
        1e-6. No gain is so near 1e-6 that the error of the values decides.

    Examples
    --------
    Sending pays more today in both states. Yet the tired customer gets none: sending and waiting in
    turn brings 3 + 1 in two weeks, always sending brings 1.5 + 1.5 in the long run.

    >>> values, actions = coupon_policy([2.0, 1.0], [3.0, 1.5], 0.5)
    >>> actions, [round(v, 4) for v in values]
    ([1, 0], [4.6667, 3.3333])
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
