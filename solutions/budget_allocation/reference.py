"""Which user gets which coupon, when one budget pays for all of them.

Sources: Kellerer, Pferschy and Pisinger, "Knapsack Problems" (2004), chapter 11, for the
multiple-choice knapsack, its efficient steps and its bound; Zhang et al., "Solving billion-scale
knapsack problems" (WWW 2020), for the dual at the size of a platform; Barlow et al., "Statistical
inference under order restrictions" (1972), for pooling adjacent violators; Zhao, Fang and
Simchi-Levi, "Uplift modeling with multiple treatments and general response types" (SDM 2017), for
judging a plan on a randomised log.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier


def break_budget(defect: str) -> tuple[list[list[float]], list[float], float]:
    """Return users and a budget for which a flawed plan is not the best one.

    The face values are 0 (no coupon), 5 and 10 USD, and a user gets one of them. With face value v,
    user u buys with chance ``p[u][v]``. Her *gain* is her order value x (p with the coupon - p
    without), her *cost* is the face value x p with the coupon: who buys, redeems. The right plan
    starts with no coupon for anybody and takes *efficient steps*: from a user's present face value,
    the larger face value with the most extra gain per USD of extra cost, but only if there is extra
    gain. The steps of all users are taken in the order of this ratio, the highest first, of equal
    ones that of the lower user first. If a step does not fit into what is left of the budget, its
    user gets no further step, and the next step of another user is tried. (So only this user is
    blocked. In `allocate_budget`, later on, the first step that does not fit ends everything.)

    Each flawed plan differs by one defect. Your input must make the flawed plan's total (gain,
    cost), rounded to six digits, differ from that of the right plan.

    Parameters
    ----------
    defect : str
        One of

        - ``"highest_conversion"``: each user is meant to get the face value with the highest p;
          users are served in falling order of that p;
        - ``"largest_gain_first"``: each user is meant to get the face value with the largest gain;
          users are served in falling order of gain;
        - ``"cost_is_face"``: a coupon is planned at its face value, as if everybody redeemed it;
        - ``"cost_of_new_buyers"``: a coupon is planned at face value x (p with it - p without it),
          as if those who buy anyway did not redeem (also by this plan, a step with extra gain costs
          more than 0);
        - ``"never_upgraded"``: each user is meant to get the face value with the best gain per USD
          of cost, and never a larger one; users are served in falling order of this ratio;
        - ``"steps_between_neighbours"``: a step leads to the next larger face value only, and
          nobody skips one.

        Where users are served with one face value each, of equally good ones the smallest is meant,
        and of equally good users the lower is served first. A user whose coupon does not fit into
        what is left gets nothing; the next user is served. Each plan keeps to the budget by the
        costs that it plans with; what counts is the true gain and cost.

    Returns
    -------
    p : list of list of float
        From 2 to 4 users, each with three chances between 0 and 1 that do not fall from left to
        right; the last two are above 0.
    order_value : list of float
        What each user's order is worth: from 1 to 100 USD.
    budget : float
        From 0 to 200 USD.

    Notes
    -----
    For your input the right plan must be the best of all plans within the budget (at
    most 81 plans; all of them are tried). Otherwise the input is refused: steps by ratio can miss
    the best plan by a little when users are few, and then a flawed plan may win by luck.

    Examples
    --------
    >>> p, order_value, budget = break_budget("highest_conversion")
    >>> 2 <= len(p) <= 4 and len(order_value) == len(p)
    True
    """
    if defect == "never_upgraded":
        return [[0.1, 0.3, 0.8], [0.1, 0.4, 0.5]], [20, 50], 8
    if defect == "steps_between_neighbours":
        return [[0.2, 0.8, 0.8], [0.4, 0.41, 0.8]], [10, 50], 8
    return [[0.4, 0.5, 0.6], [0.1, 0.2, 0.3]], [10, 10], 2


def gain_and_cost(
    p: np.ndarray, order_value: Sequence[float], faces: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """What each coupon is expected to bring, and to cost.

    The cost of a coupon is paid when it is redeemed, and everybody who buys redeems it, those who
    would have bought without it too.

    The arguments are left as they are.

    Parameters
    ----------
    p : array_like of float, shape (n_users, n_faces)
        The chance that a user buys when she gets each of the face values. Column 0 is "no coupon".
    order_value : array_like of float, shape (n_users,)
        What a user pays for her order (USD).
    faces : array_like of float, shape (n_faces,)
        The face values (USD), rising; the first is 0.

    Returns
    -------
    gain : ndarray of float, shape (n_users, n_faces)
        Expected *incremental* sales: how much more she is expected to spend than without a coupon
        (USD). It is 0 in column 0, and negative where a coupon puts a user off.
    cost : ndarray of float, shape (n_users, n_faces)
        What the platform is expected to pay for the coupon (USD).

    Examples
    --------
    With 5 USD the chance rises from 0.1 to 0.3: 0.2 x 20 USD are gained, and 0.3 x 5 USD are paid.

    >>> gain, cost = gain_and_cost([[0.1, 0.3, 0.4]], [20], [0, 5, 10])
    >>> gain.round(6).tolist(), cost.round(6).tolist()
    ([[0.0, 4.0, 6.0]], [[0.0, 1.5, 4.0]])
    """
    p = np.asarray(p, dtype=float)
    value = np.asarray(order_value, dtype=float)[:, None]
    return value * (p - p[:, :1]), np.asarray(faces, dtype=float) * p


def monotone_response(rate: Sequence[float], n: Sequence[int]) -> np.ndarray:
    """The non-decreasing curve that is nearest to measured buying rates.

    A larger coupon should not lower the chance to buy, but measured rates go up and down by chance.
    Among all curves that never fall, return the one with the smallest sum of ``n * (rate - curve)
    ** 2`` (isotonic regression).

    The arguments are left as they are.

    Parameters
    ----------
    rate : sequence of float, or Series
        The share of buyers for each face value, face values rising. It may be empty. A Series is
        taken in its order, whatever its labels are.
    n : sequence of int, or Series
        How many users each rate was measured on; at least 1 each.

    Returns
    -------
    curve : ndarray of float, the length of ``rate``
        It never falls. Where it is level, its value is the mean of the pooled rates, weighted by
        ``n``.

    Examples
    --------
    0.3 and 0.2 are in the wrong order. 100 users stand behind 0.3 and 300 behind
    0.2: (30 + 60) / 400.

    >>> monotone_response([0.1, 0.3, 0.2, 0.4], [100, 100, 300, 100]).round(6).tolist()
    [0.1, 0.225, 0.225, 0.4]
    """
    pools: list[tuple[float, float, int]] = []  # mean, users, face values
    for mean, users in zip(np.asarray(rate, dtype=float), np.asarray(n, dtype=float), strict=True):
        length = 1
        # A new mean may be below several pools before it: go back as far as needed.
        while pools and pools[-1][0] > mean:
            before, others, more = pools.pop()
            mean = (before * others + mean * users) / (others + users)
            users, length = users + others, length + more
        pools.append((mean, users, length))
    return np.array([mean for mean, _, length in pools for _ in range(length)], dtype=float)


def efficient_steps(gain: Sequence[float], cost: Sequence[float]) -> list[tuple[int, float, float]]:
    """The upgrades of one user that are worth considering, from no coupon upwards.

    From the present face value (at first no coupon) take the step to the larger face value with the
    largest ratio of *extra* gain to *extra* cost; repeat from there. A face value that is skipped
    in this way is never the only best choice, whatever a dollar of budget is worth.

    The arguments are left as they are.

    Parameters
    ----------
    gain : sequence of float, length n_faces
        Expected incremental sales of each face value (USD); ``gain[0]`` is 0.
    cost : sequence of float, length n_faces
        Expected cost of each (USD); ``cost[0]`` is 0, and each is more than the one before.

    Returns
    -------
    steps : list of (int, float, float)
        For each step the face value it leads to (its index), its extra cost and its extra gain,
        both compared with the face value before the step. Of equal ratios (to a relative 1e-12) the
        step that leads farthest. The list ends when no larger face value has any extra gain; it is
        empty when no coupon gains anything.

    Examples
    --------
    5 USD bring 1.25 for 1.25; going on to 10 USD brings 8.75 for 4.75. The direct
    step brings 10 for 6, that is 1.67 per USD, more than the 1 per USD of the first small step: so
    5 USD is skipped.

    >>> efficient_steps([0, 1.25, 10], [0, 1.25, 6])
    [(2, 6.0, 10.0)]
    >>> efficient_steps([0, 4, 6], [0, 1.5, 4])
    [(1, 1.5, 4.0), (2, 2.5, 2.0)]
    """
    gains, costs = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    at, steps = 0, []
    while at + 1 < len(gains):
        more, extra = gains[at + 1 :] - gains[at], costs[at + 1 :] - costs[at]
        ratio = more / extra
        if ratio.max() <= 0:
            break
        to = np.flatnonzero(ratio >= ratio.max() * (1 - 1e-12))[-1]
        at += 1 + int(to)
        steps.append((at, float(extra[to]), float(more[to])))
    return steps


def allocate_budget(gain: np.ndarray, cost: np.ndarray, budget: float) -> list[int]:
    """One face value for each user, within one budget.

    At first nobody has a coupon. The efficient steps of all users (as `efficient_steps` finds them
    for one) are taken in falling order of extra gain per extra cost; of ratios that are equal as
    floats the lower user first. Stop at the first step that does not fit into what is left of the
    budget; no later step of anybody is tried. (In `break_budget` only the user of that step was
    blocked.)

    The arguments are left as they are.

    Parameters
    ----------
    gain, cost : array_like of float, shape (n_users, n_faces)
        Expected incremental sales and expected cost (USD). Column 0 is "no coupon" and holds zeros;
        in a row each cost is more than the one before. At least one user, and two face values or
        more.
    budget : float
        USD, 0 or more. A step fits if the total cost is then at most ``budget + 1e-9``: the small
        number is for rounding, so that three coupons of 0.1 fit into 0.3.

    Returns
    -------
    plan : list of int, length n_users
        The index of each user's face value; 0 is no coupon.

    Examples
    --------
    The steps by ratio: user 1 to face 1 (4 for 1.5), user 2 to face 2 (10 for 6,
    that is 1.67), user 1 on to face 2 (2 for 2.5), then user 0. The first two cost 7.5.

    >>> gain = [[0, 1.5, 3], [0, 4, 6], [0, 1.25, 10]]
    >>> cost = [[0, 2.75, 6], [0, 1.5, 4], [0, 1.25, 6]]
    >>> allocate_budget(gain, cost, 7.5)
    [0, 1, 2]
    """
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    user, face, extra, more = _steps_of_all(gain, cost)
    order = np.argsort(-more / extra, kind="stable")
    too_much = np.cumsum(extra[order]) > budget + 1e-9
    taken = order[: np.argmax(too_much) if too_much.any() else len(order)]
    plan = np.zeros(len(gain), dtype=int)
    # A user's later steps lead to larger face values.
    np.maximum.at(plan, user[taken], face[taken])
    return plan.tolist()


def _steps_of_all(
    gain: np.ndarray, cost: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Efficient steps of all users at once, by user, then in their order: user, face, cost, gain.

    A round finds the next step of every user who still has one, so there are as many rounds as face
    values at most, and a million users need no loop.
    """
    faces, users = np.arange(gain.shape[1]), np.arange(len(gain))
    at, rounds = np.zeros(len(gain), dtype=int), []
    while len(users):
        more = gain[users] - gain[users, at][:, None]
        extra = cost[users] - cost[users, at][:, None]
        ratio = np.zeros_like(more)
        np.divide(more, extra, out=ratio, where=(faces > at[:, None]) & (more > 0))
        best = ratio.max(axis=1)
        reached = ratio >= best[:, None] * (1 - 1e-12)
        to = faces[-1] - reached[:, ::-1].argmax(axis=1)
        going = np.flatnonzero(best > 0)
        users, at = users[going], to[going]
        rounds.append((users, at, extra[going, at], more[going, at]))
    user, face, extra, more = (np.concatenate(part) for part in zip(*rounds, strict=True))
    by_user = np.argsort(user, kind="stable")
    return user[by_user], face[by_user], extra[by_user], more[by_user]


def price_of_budget(gain: np.ndarray, cost: np.ndarray, budget: float) -> float:
    """The price λ of a dollar of budget at which everybody may decide alone.

    At a price λ each user gets the face value with the largest ``gain - λ * cost``, of equal ones
    the cheapest. Together they spend less when λ is higher. Return the smallest λ from 0 on at
    which they spend no more than the budget.

    The arguments are left as they are.

    Parameters
    ----------
    gain, cost : array_like of float, shape (n_users, n_faces)
        Expected incremental sales and expected cost (USD). Column 0 is "no coupon" and holds zeros;
        in a row each cost is more than the one before. At least one user.
    budget : float
        USD, 0 or more. Spending up to ``budget + 1e-9`` is within the budget: the small number is
        for rounding.

    Returns
    -------
    price : float
        Within ``1e-6 * max(1, λ)`` of the smallest such λ, and such that at the returned price
        itself the users spend no more than the budget. 0 when they spend no more than the budget at
        λ = 0; a number within 1e-6 of it, like 1e-18, is as good. (At the exact ratio of a step,
        rounding decides whether its user still takes it: a price a little above is safe.)

    Examples
    --------
    With 7.5 USD for these three users the next step is that of user 1 (counted
    from 0) from face 1 to face 2: 2 USD for 2.5 USD. The price must keep her from it, and need not
    be higher.

    >>> gain = [[0, 1.5, 3], [0, 4, 6], [0, 1.25, 10]]
    >>> cost = [[0, 2.75, 6], [0, 1.5, 4], [0, 1.25, 6]]
    >>> round(price_of_budget(gain, cost, 7.5), 5)
    0.8
    >>> price_of_budget(gain, cost, 100)
    0.0
    """
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    if _spend_at(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    while _spend_at(gain, cost, high) > budget + 1e-9:
        low, high = high, 2 * high
    for _ in range(40):
        middle = (low + high) / 2
        if _spend_at(gain, cost, middle) > budget + 1e-9:
            low = middle
        else:
            high = middle
    return high


def _spend_at(gain: np.ndarray, cost: np.ndarray, price: float) -> float:
    """What users spend who take their best face value at a price, the cheapest of equal ones."""
    # argmax returns the first of equal values, and the first is the cheapest.
    face = (gain - price * cost).argmax(axis=1)
    return float(cost[np.arange(len(cost)), face].sum())


def gain_bound(gain: np.ndarray, cost: np.ndarray, budget: float, price: float) -> float:
    """A gain that no plan within the budget exceeds.

    Let every user take what is best for her at the price, and pay the price for what she costs.
    Then give them the whole budget back at that price. Whatever the price, a plan within the budget
    cannot gain more than the sum; at the price that `price_of_budget` finds, the sum is smallest.

    The arguments are left as they are.

    Parameters
    ----------
    gain, cost : array_like of float, shape (n_users, n_faces)
        Expected incremental sales and expected cost (USD). Column 0 is "no coupon" and holds zeros.
    budget : float
        USD, 0 or more.
    price : float
        What a dollar of budget costs, 0 or more.

    Returns
    -------
    bound : float
        The sum over users of their largest ``gain - price * cost``, and the worth of the whole
        budget at that price (USD).

    Examples
    --------
    At 0.8 the users keep 0, 4 - 1.2 and 10 - 4.8 USD, together 8; the budget is
    worth 6. The plan [0, 1, 2] gains 14 for 7.5 USD: so it is the best there is.

    >>> gain = [[0, 1.5, 3], [0, 4, 6], [0, 1.25, 10]]
    >>> cost = [[0, 2.75, 6], [0, 1.5, 4], [0, 1.25, 6]]
    >>> round(gain_bound(gain, cost, 7.5, 0.8), 6)
    14.0
    """
    kept = np.asarray(gain, dtype=float) - price * np.asarray(cost, dtype=float)
    return float(kept.max(axis=1).sum() + price * budget)


def kill_allocation(fn: Callable) -> bool:
    """Test an allocation: True if it keeps its promise, False if it does not.

    ``fn(gain, cost, budget)`` takes two lists of rows, one row per user and one column per face
    value, and a number, as `allocate_budget` does. Different right answers may return different
    plans. What every right one promises:

    - one face value (a whole number, an index of the row) for each user;
    - the plan costs at most ``budget`` (up to 1e-6 for rounding);
    - the plan gains at least the best bound (`gain_bound` at the price of `price_of_budget`) less
      the largest gain of a single efficient step of any user (up to 1e-6).

    The promise holds for any number of users from 1 on, any budget from 0 on, and for coupons that
    lose (gain below 0). Column 0 holds zeros, and costs rise within a row.

    Your test is tried on right implementations that return different plans, as a list, a tuple or
    an array, and on eight wrong ones, each with one planted mistake. It must accept every right one
    and reject at least seven of the eight. An exception that leaves your test counts as a
    rejection.

    Parameters
    ----------
    fn : callable
        The allocation on trial.

    Returns
    -------
    verdict : bool

    Notes
    -----
    With few users one step is a large part of the whole, and the promise is weak: it
    lets most of the mistakes pass.

    Examples
    --------
    >>> kill_allocation(allocate_budget)
    True
    >>> kill_allocation(lambda gain, cost, budget: [0] * len(gain))
    False
    """
    equal = ([[0, 3, 4]] * 10, [[0, 2, 4]] * 10)
    upgrades = ([[0, 6 + u, 9 + 2 * u] for u in range(12)], [[0, 2, 4]] * 12)
    s_shaped = (
        [[0, 1, 10 + u / 4] for u in range(12)] + [[0, 2, 3]] * 12,
        [[0, 2, 5]] * 24,
    )
    mixed = (
        [[0, -1, -2], [0, 5, 4], [0, 2, 7], [0, 1, 1.5]] * 5,
        [[0, 1, 2.5], [0, 2, 5], [0, 1.5, 3.5], [0, 0.5, 2]] * 5,
    )
    worlds: list[tuple[tuple, float]] = [(equal, 9), (upgrades, 30), (s_shaped, 26), (mixed, 17.3)]
    return all(_keeps_promise(fn, gain, cost, budget) for (gain, cost), budget in worlds)


def _keeps_promise(fn: Callable, gain: Any, cost: Any, budget: float) -> bool:
    """Whether a plan has a face for each user, costs no more than the budget and gains enough."""
    plan = fn(gain, cost, budget)
    if len(plan) != len(gain) or any(j not in range(len(gain[0])) for j in plan):
        return False
    gained = sum(row[j] for row, j in zip(gain, plan, strict=True))
    spent = sum(row[j] for row, j in zip(cost, plan, strict=True))
    rows = zip(gain, cost, strict=True)
    largest = max((step[2] for row in rows for step in efficient_steps(*row)), default=0)
    table = np.array(gain), np.array(cost)
    bound = gain_bound(*table, budget, price_of_budget(*table, budget))
    return bool(spent <= budget + 1e-6 and gained >= bound - largest - 1e-6)


def plan_effect(
    arm: Sequence[int], outcome: Sequence[float], share: Sequence[float], plan: Sequence[int]
) -> tuple[float, float, float]:
    r"""What a plan would bring more than no coupons, from a log of randomly drawn coupons.

    Each row of the log counts as

    .. math:: d_i = \left(\frac{[a_i = \pi_i]}{s_{\pi_i}} - \frac{[a_i = 0]}{s_0}\right) y_i

    where a is the arm that was drawn, π the arm that the plan would give, s the chance of an arm, y
    the outcome, and [ ] is 1 if true and 0 if not. The mean of d is right on average for any plan
    made without this log.

    The arguments are left as they are.

    Parameters
    ----------
    arm : sequence of int, length n
        What each user got, drawn at random: 0 is no coupon. At least two rows.
    outcome : sequence of float, or Series, length n
        What she then spent (USD); 0 if nothing. A Series is taken in its order, whatever its labels
        are.
    share : sequence of float
        The chance with which each arm was drawn, all above 0, adding up to 1.
    plan : sequence of int, length n
        What the plan would give her.

    Returns
    -------
    effect, low, high : float
        Mean of d (USD per user of the log, with or without a coupon in the plan) and its 95 %
        interval: ± 1.96 standard errors, with the standard deviation that divides by n - 1.

    Examples
    --------
    Two of four rows count, those to which the plan gives a coupon: the first got nothing, the
    second got that coupon. d is -20, 60, 0 and 0.

    >>> effect, low, high = plan_effect([0, 1, 0, 1], [10, 30, 0, 10], [0.5, 0.5], [1, 1, 0, 0])
    >>> effect, round(low, 1), round(high, 1)
    (10.0, -23.9, 43.9)
    """
    got, given = np.asarray(arm), np.asarray(plan)
    chance = np.asarray(share, dtype=float)
    weight = (got == given) / chance[given] - (got == 0) / chance[0]
    d = weight * np.asarray(outcome, dtype=float)
    half = 1.96 * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def price_now(
    gain: np.ndarray,
    cost: np.ndarray,
    budget: float,
    spent: float,
    expected: Sequence[float],
    seen: Sequence[float],
) -> float:
    """The price of a dollar for the rest of the day, so that the budget lasts until midnight.

    A sample of yesterday's users stands for those who are still to come. How many are still to come
    is the forecast for the hours that are left, times what the hours so far have shown: users seen
    so far divided by users expected so far. (Before the first hour, or if nobody was expected so
    far, the forecast is taken as it is. If users were expected so far and nobody came, nobody is
    still to come.) The sample gets the money that is left in proportion:
    money left x users in the sample / users still to come. The price is `price_of_budget` of the
    sample with that budget.

    The arguments are left as they are.

    Parameters
    ----------
    gain, cost : array_like of float, shape (n_sample, n_faces)
        Yesterday's sample, as for `price_of_budget`.
    budget : float
        For the whole day (USD).
    spent : float
        So far (USD).
    expected : sequence of float
        How many users the forecast expects in each hour of the day.
    seen : sequence of float
        How many came in each of the hours so far: as many numbers as hours are over, from none to
        all.

    Returns
    -------
    price : float
        ``inf`` when nothing of the budget is left (``spent >= budget``). Otherwise 0 when nobody is
        still to come. Otherwise the price, within ``1e-6 * max(1, price)``.

    Examples
    --------
    40 of 50 came, so 50 x 40 / 50 = 40 are still to come, with 60 USD. Three
    users then have 4.5 USD: at 2 USD each, enough for two. The price must keep out the third, who
    gains 2 USD for 2, and must not be higher than that: 1.

    >>> gain, cost = [[0, 6], [0, 3], [0, 2]], [[0, 2], [0, 2], [0, 2]]
    >>> round(price_now(gain, cost, 100, 40, [50, 50], [40]), 5)
    1.0
    """
    if spent >= budget:
        return math.inf
    forecast = np.asarray(expected, dtype=float)
    so_far = forecast[: len(seen)].sum()
    to_come = forecast[len(seen) :].sum() * (np.sum(seen, dtype=float) / so_far if so_far else 1.0)
    if to_come == 0:
        return 0.0
    return price_of_budget(gain, cost, (budget - spent) * len(gain) / to_come)


def allocate_coupons(trial: pd.DataFrame, users: pd.DataFrame, budget: float) -> np.ndarray:
    """Decide for users who were in no experiment, from a log of users who were.

    SIMULATED responses of real households; how they respond is drawn anew each time. Your plan is
    scored by its true expected gain (order value x chance to buy with the coupon - without),
    divided by the largest gain that the budget allows. Coupons are handed out in the order of the
    rows, and each uses up its true expected cost (face value x true chance to buy with it). When
    the budget is used up, the rest get nothing: a plan that costs more than it believes loses its
    end. Points rise from the score of one face value for everybody, the one that brought most per
    USD in the trial; 95 % of the way from there to the reference's score earns all points.

    Parameters
    ----------
    trial : DataFrame, 40,000 rows
        Known before: ``baskets``, ``spend`` (USD) and ``coupon_baskets`` of the last 56 days,
        ``recency`` (days since the last basket) and ``order_value`` (USD). Drawn at random:
        ``face``, 0, 5, 10 or 20 (USD), each with chance 1/4. Seen afterwards: ``bought``, 0 or 1.
        Nobody buys less often with a larger coupon.
    users : DataFrame, 6,000 rows
        The five columns that are known before. Other households than in ``trial``.
    budget : float
        USD for all users together; it is paid when a user buys with a coupon.

    Returns
    -------
    plan : ndarray of int, shape (n_users,)
        The index of each user's face value among 0, 5, 10 and 20: from 0 to 3.

    Examples
    --------
    >>> known = {"baskets": 4, "spend": 80, "coupon_baskets": 0, "recency": 17, "order_value": 20}
    >>> trial = pd.DataFrame([known] * 800).assign(face=[0, 5, 10, 20] * 200, bought=[0, 1] * 400)
    >>> len(allocate_coupons(trial, trial.drop(columns=["face", "bought"]), 50.0))
    800
    """
    known = ["baskets", "spend", "coupon_baskets", "recency", "order_value"]
    faces = [0, 5, 10, 20]
    model = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=200,
        max_leaf_nodes=8,
        min_samples_leaf=100,
        monotonic_cst={"face": 1},
        random_state=0,
    )
    model.fit(trial[[*known, "face"]], trial["bought"])
    p = [model.predict_proba(users[known].assign(face=face))[:, 1] for face in faces]
    gain, cost = gain_and_cost(np.column_stack(p), users["order_value"], faces)
    return np.asarray(allocate_budget(gain, cost, budget))
