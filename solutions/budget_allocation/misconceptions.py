"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import math

import numpy as np
from scipy import stats
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier

from solutions.budget_allocation import reference

# ---- break_budget ---------------------------------------------------------------------------

FACES = (0, 5, 10)

# Each differs from the correct plan by one decision, so that each is one mistake.


def true_tables(p, order_value):
    """Expected gain and true expected cost of each face value, as plain lists."""
    gain = [[v * (x - row[0]) for x in row] for row, v in zip(p, order_value, strict=True)]
    cost = [[face * x for face, x in zip(FACES, row, strict=True)] for row in p]
    return gain, cost


def total(plan, p, order_value):
    """What a plan gains and what it costs in truth."""
    gain, cost = true_tables(p, order_value)
    return tuple(
        round(float(sum(row[j] for row, j in zip(table, plan, strict=True))), 6)
        for table in (gain, cost)
    )


def _planned_cost(defect, p):
    if defect == "cost_is_face":
        return [list(FACES) for _ in p]
    if defect == "cost_of_new_buyers":
        return [[face * (x - row[0]) for face, x in zip(FACES, row, strict=True)] for row in p]
    return [[face * x for face, x in zip(FACES, row, strict=True)] for row in p]


def _one_offer_each(defect, p, order_value, budget):
    """Each user has one face value in view; who comes first is served while the money lasts."""
    gain, cost = true_tables(p, order_value)
    offers = []
    for user, row in enumerate(p):
        if defect == "highest_conversion":
            worth = list(row)
        elif defect == "largest_gain_first":
            worth = gain[user]
        else:
            ratio = [g / c for g, c in zip(gain[user][1:], cost[user][1:], strict=True)]
            worth = [0, *ratio]
        face = worth.index(max(worth))
        offers.append((-worth[face], user, face))
    plan, left = [0] * len(p), budget
    for _, user, face in sorted(offers):
        if cost[user][face] <= left + 1e-9:
            plan[user] = face
            left -= cost[user][face]
    return plan


def _step_by_step(defect, p, order_value, budget):
    gain, cost = true_tables(p, order_value)[0], _planned_cost(defect, p)
    plan, left, closed = [0] * len(p), budget, set()
    while True:
        steps = []
        for user, at in enumerate(plan):
            reach = 1 if defect == "steps_between_neighbours" else 2
            for face in range(at + 1, min(at + reach, 2) + 1):
                more = gain[user][face] - gain[user][at]
                extra = cost[user][face] - cost[user][at]
                if user not in closed and more > 1e-12:
                    steps.append((round(more / extra, 10), -user, face, extra))
        if not steps:
            return plan
        _, user, face, extra = max(steps)
        if extra <= left + 1e-9:
            plan[-user], left = face, left - extra
        else:
            closed.add(-user)


def _flawed(defect, p, order_value, budget):
    alone = ("highest_conversion", "largest_gain_first", "never_upgraded")
    how = _one_offer_each if defect in alone else _step_by_step
    return total(how(defect, p, order_value, budget), p, order_value)


def correct(p, order_value, budget):
    """The plan without a defect, by the same steps as the flawed ones."""
    return _flawed(None, p, order_value, budget)


def highest_conversion(p, order_value, budget):
    """Face values and users were chosen by the chance to buy."""
    return _flawed("highest_conversion", p, order_value, budget)


def largest_gain(p, order_value, budget):
    """Face values and users were chosen by their gain, and what it costs did not matter."""
    return _flawed("largest_gain_first", p, order_value, budget)


def cost_is_face_value(p, order_value, budget):
    """Every coupon was planned as if it were redeemed."""
    return _flawed("cost_is_face", p, order_value, budget)


def cost_of_new_buyers(p, order_value, budget):
    """Coupons of those who buy anyway were planned at no cost."""
    return _flawed("cost_of_new_buyers", p, order_value, budget)


def never_upgraded_once(p, order_value, budget):
    """Nobody was given a larger coupon after her first."""
    return _flawed("never_upgraded", p, order_value, budget)


def steps_between_neighbours(p, order_value, budget):
    """No face value was skipped."""
    return _flawed("steps_between_neighbours", p, order_value, budget)


FLAWED = {
    "highest_conversion": highest_conversion,
    "largest_gain_first": largest_gain,
    "cost_is_face": cost_is_face_value,
    "cost_of_new_buyers": cost_of_new_buyers,
    "never_upgraded": never_upgraded_once,
    "steps_between_neighbours": steps_between_neighbours,
}


def one_small_budget_for_all(defect):
    """One input for every defect. With two users who differ only in whether they buy anyway, and
    little money, four of the defects show. Upgrades and skipped face values need users for whom
    they matter.
    """
    return [[0.4, 0.5, 0.6], [0.1, 0.2, 0.3]], [10, 10], 2


def money_for_everybody(defect):
    """The budget pays for everybody's best coupon. Then the order does not matter, and most of the
    defects are about the order.
    """
    return [[0.4, 0.5, 0.6], [0.1, 0.2, 0.3]], [10, 10], 150


def no_money_at_all(defect):
    """With a budget of 0 nobody gets anything, whatever the defect."""
    return [[0.1, 0.3, 0.8], [0.1, 0.4, 0.5]], [20, 50], 0


def chances_that_fall(defect):
    """A row of p falls: in this exercise a larger coupon never lowers the chance to buy."""
    return [[0.4, 0.3, 0.6], [0.1, 0.2, 0.3]], [10, 10], 2


def a_crowd(defect):
    """From 2 to 4 users: the smallest input that shows a mistake is the one that convinces."""
    return [[0.4, 0.5, 0.6]] * 3 + [[0.1, 0.2, 0.3]] * 3, [10] * 6, 2


def chances_alone(defect):
    """Return all three values: the chances, the order values and the budget."""
    return [[0.4, 0.5, 0.6], [0.1, 0.2, 0.3]]


# ---- gain_and_cost --------------------------------------------------------------------------


def _parts(p, order_value, faces):
    p = np.asarray(p, dtype=float)
    value, faces = np.asarray(order_value, dtype=float)[:, None], np.asarray(faces, dtype=float)
    return p, value, faces, value * (p - p[:, :1]), faces * p


def cost_is_face(p, order_value, faces):
    """Your cost is the whole face value. A coupon that is not redeemed costs nothing."""
    p, _, faces, gain, _ = _parts(p, order_value, faces)
    return gain, np.tile(faces, (len(p), 1))


def cost_only_of_new_buyers(p, order_value, faces):
    """Your cost counts only those whom the coupon wins. Those who would have bought without it
    redeem it too, and the platform pays them as well.
    """
    p, _, faces, gain, _ = _parts(p, order_value, faces)
    return gain, faces * (p - p[:, :1])


def sales_not_incremental(p, order_value, faces):
    """Your gain is the expected sales. What she would have bought without a coupon is no gain."""
    p, value, _, _, cost = _parts(p, order_value, faces)
    return value * p, cost


def net_of_cost(p, order_value, faces):
    """A cost was subtracted from the gain. Here the gain is sales; cost and gain meet later,
    in the budget.
    """
    _, _, _, gain, cost = _parts(p, order_value, faces)
    return gain - cost, cost


def relative_uplift(p, order_value, faces):
    """Your gain uses the relative change of p. A rise from 1 % to 2 % doubles the chance, and
    brings one more order per hundred users.
    """
    p, value, _, _, cost = _parts(p, order_value, faces)
    return value * (p / p[:, :1] - 1), cost


def difference_to_the_face_below(p, order_value, faces):
    """Each face value was compared with the one below it. Here all of them are compared with no
    coupon.
    """
    p, value, _, _, cost = _parts(p, order_value, faces)
    return value * np.diff(p, axis=1, prepend=p[:, :1]), cost


def harm_cut_off(p, order_value, faces):
    """A negative gain was set to 0. If a coupon puts a user off, its gain is below 0, and a
    plan must know that.
    """
    _, _, _, gain, cost = _parts(p, order_value, faces)
    return np.maximum(gain, 0), cost


def gain_in_purchases(p, order_value, faces):
    """Your gain is in purchases. A purchase of 100 USD is worth more than one of 10 USD: multiply
    by what the order is worth.
    """
    p, _, _, _, cost = _parts(p, order_value, faces)
    return p - p[:, :1], cost


def net_of_cost__of_new_buyers(p, order_value, faces):
    p, value, faces, _, cost = _parts(p, order_value, faces)
    return (value - faces) * (p - p[:, :1]), cost


def first_user_subtracted(p, order_value, faces):
    """The chances of the first user were subtracted from everybody's. Users are rows, and each is
    compared with her own chance without a coupon, in column 0.
    """
    p, value, _, _, cost = _parts(p, order_value, faces)
    return value * (p - p[0]), cost


def values_along_the_faces(p, order_value, faces):
    """The order values were multiplied along the columns. They belong to the users, who are the
    rows: the shapes fit only by chance.
    """
    p, value, _, _, cost = _parts(p, order_value, faces)
    return (p - p[:, :1]) * value[:, 0], cost


def cost_first(p, order_value, faces):
    """The two tables were returned the wrong way round: the gain comes first, then the cost."""
    _, _, _, gain, cost = _parts(p, order_value, faces)
    return cost, gain


def no_coupon_left_out(p, order_value, faces):
    """The column of "no coupon" is missing. Later steps start from it: keep it, with its zeros."""
    _, _, _, gain, cost = _parts(p, order_value, faces)
    return gain[:, 1:], cost[:, 1:]


def usual_faces(p, order_value, faces):
    """The face values were taken to be 0, 5, 10 and 20 USD. Use those in ``faces``."""
    p, _, _, gain, _ = _parts(p, order_value, faces)
    return gain, p * np.array([0, 5, 10, 20])[: p.shape[1]]


def cost_without_the_coupon(p, order_value, faces):
    """Your cost counts those who buy without a coupon. A coupon is redeemed by those who buy with
    it, new buyers included.
    """
    p, _, faces, gain, _ = _parts(p, order_value, faces)
    return gain, faces * p[:, :1]


def chances_overwritten(p, order_value, faces):
    """You wrote into ``p``: the caller's chances are no longer what they were. Subtract into a new
    array.
    """
    p = np.asarray(p, dtype=float)
    cost = p * np.asarray(faces, dtype=float)
    p -= p[:, :1].copy()
    return p * np.asarray(order_value, dtype=float)[:, None], cost


# ---- monotone_response ----------------------------------------------------------------------


def _pooled(rate, n):
    return reference.monotone_response(rate, n)


def running_maximum(rate, n):
    """You kept the largest rate so far. That never falls, but it trusts every rate that is high by
    chance: the curve must go between the rates that are in the wrong order.
    """
    return np.maximum.accumulate(np.asarray(rate, dtype=float))


def accepts_any_plan__looks_at_the_form(fn):
    plan = fn([[0, 3, 4]] * 10, [[0, 2, 4]] * 10, 9)
    return len(plan) == 10 and all(j in (0, 1, 2) for j in plan)


def running_maximum__loop(rate, n):
    curve, highest = [], -math.inf
    for each in rate:
        highest = max(highest, each)
        curve.append(highest)
    return curve


def running_minimum(rate, n):
    """You kept the smallest rate that is still to come. That never falls, but it trusts every rate
    that is low by chance: the curve must go between the rates that are in the wrong order.
    """
    return np.minimum.accumulate(np.asarray(rate, dtype=float)[::-1])[::-1]


def mean_of_both(rate, n):
    """The mean of the running maximum and the running minimum never falls, but it is not the
    nearest such curve, and it does not use how many users stand behind a rate.
    """
    return (running_maximum(rate, n) + running_minimum(rate, n)) / 2


def rates_sorted(rate, n):
    """You sorted the rates. Then a rate belongs to another face value than the one at which it was
    measured.
    """
    return np.sort(np.asarray(rate, dtype=float))


def unweighted(rate, n):
    """The numbers of users make no difference: a pool took a plain mean. A rate of ten users must
    not move it as much as a rate of ten thousand.
    """
    return _pooled(rate, np.ones(len(rate)))


def one_pass(rate, n):
    """Each rate was pooled once at most, with what stands before it. The new mean can be lower than
    the pool before; then those two must be pooled as well.
    """
    curve, n = np.array(rate, dtype=float), np.asarray(n, dtype=float)
    for i in range(1, len(curve)):
        if curve[i] < curve[i - 1]:
            curve[i - 1 : i + 1] = np.average(curve[i - 1 : i + 1], weights=n[i - 1 : i + 1])
    return curve


def all_pooled(rate, n):
    """Every rate became the mean of all. Only rates that are in the wrong order must be pooled."""
    rate = np.asarray(rate, dtype=float)
    return np.full(len(rate), np.average(rate, weights=n)) if len(rate) else rate


def falling(rate, n):
    """Your curve never rises. A larger coupon should not lower the chance to buy: the curve must
    never fall.
    """
    return -_pooled(-np.asarray(rate, dtype=float), n)


def _merged(rate, n, merge, again=True, spread=True):
    """Pools of [mean, users, length]; ``merge(pool, new)`` gives mean and users of both."""
    pools = []
    for mean, users in zip(rate, n, strict=True):
        pools.append([float(mean), float(users), 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            new, old = pools.pop(), pools.pop()
            pools.append([*merge(old, new), old[2] + new[2]])
            if not again:
                break
    return np.array(
        [m for m, _, length in pools for _ in range(int(length) if spread else 1)], float
    )


def _both(old, new):
    users = old[1] + new[1]
    return (old[0] * old[1] + new[0] * new[1]) / users, users


def unweighted__mean_of_two_pools(rate, n):
    return _merged(rate, n, lambda old, new: ((old[0] + new[0]) / 2, 1))


def one_pass__into_the_last_pool(rate, n):
    return _merged(rate, n, _both, again=False)


def weight_of_a_pool_not_added(rate, n):
    """A pool counted with the users of one of its rates. All users of its rates stand behind it:
    add up their numbers when you pool.
    """
    return _merged(rate, n, lambda old, new: (_both(old, new)[0], old[1]))


def weight_of_a_pool_not_added__last(rate, n):
    return _merged(rate, n, lambda old, new: (_both(old, new)[0], new[1]))


def users_squared(rate, n):
    """A rate counted with the square of its number of users: in the sum ``n`` stands outside the
    square.
    """
    return _pooled(rate, np.asarray(n, dtype=float) ** 2)


def users_rooted(rate, n):
    """A rate counted with the root of its number of users. The sum weighs it with ``n`` itself."""
    return _pooled(rate, np.sqrt(np.asarray(n, dtype=float)))


def pool_counted_once(rate, n):
    """Your curve has one value for each pool. It must have one for each face value: repeat the mean
    of a pool for all of its rates.
    """
    return _merged(rate, n, _both, spread=False)


def direction_from_the_rates(rate, n):
    """Where the rates fall, your curve falls too. It must never fall, whatever the rates do."""
    rate = np.asarray(rate, dtype=float)
    if len(rate) < 2 or np.corrcoef(np.arange(len(rate)), rate.argsort().argsort())[0, 1] >= 0:
        return _pooled(rate, n)
    return falling(rate, n)


def direction_from_the_rates__kept_if_falling(rate, n):
    rate = np.asarray(rate, dtype=float)
    return rate if len(rate) and (np.diff(rate) < 0).all() else _pooled(rate, n)


def rates_kept_whole(rate, n):
    """Your curve has the type of the rates. Where these are 0 and 1, the mean of a pool was cut to
    a whole number: turn the rates into floats first.
    """
    curve = np.array(rate)
    curve[:] = _pooled(rate, n)
    return curve


def labels_taken_for_places(rate, n):
    """``rate[i]`` of a Series looks for the label ``i``, and these labels are face values. Go
    through the values themselves.
    """
    return _pooled([rate[i] for i in range(len(rate))], [n[i] for i in range(len(rate))])


def empty_fails(rate, n):
    """Without any rate there was an error. No rates give no curve: return an empty array."""
    if not len(rate):
        raise ValueError("no rates")
    return _pooled(rate, n)


def empty_fails__index(rate, n):
    if not len(rate):
        raise IndexError("no rates")
    return _pooled(rate, n)


def empty_fails__division(rate, n):
    if not len(rate):
        raise ZeroDivisionError("no rates")
    return _pooled(rate, n)


# ---- efficient_steps ------------------------------------------------------------------------


def average_ratios(gain, cost):
    """You kept the face values in the order of their whole gain per whole cost. After the first
    step what counts is the extra gain per extra cost, from where the user is now.
    """
    left, at, steps = list(range(1, len(gain))), 0, []
    while any(gain[j] > gain[at] for j in left):
        better = [j for j in left if gain[j] > gain[at]]
        at_next = max(better, key=lambda j: (gain[j] / cost[j], j))
        steps.append((at_next, float(cost[at_next] - cost[at]), float(gain[at_next] - gain[at])))
        at = at_next
        left = [j for j in left if j > at]
    return steps


def neighbour_steps(gain, cost):
    """You went from each face value to the next. Where the first one does little (an S-shaped
    response), the step that skips it has the better ratio.
    """
    steps, at = [], 0
    for j in range(1, len(gain)):
        if gain[j] <= gain[at]:
            break
        steps.append((j, float(cost[j] - cost[at]), float(gain[j] - gain[at])))
        at = j
    return steps


def only_dominated_removed(gain, cost):
    """You skipped face values that gain no more than a cheaper one. A face value can gain more than
    the cheaper ones and still never be the best choice, because the step across it has the better
    ratio.
    """
    steps, at = [], 0
    for j in range(1, len(gain)):
        if gain[j] > gain[at]:
            steps.append((j, float(cost[j] - cost[at]), float(gain[j] - gain[at])))
            at = j
    return steps


def first_step_only(gain, cost):
    """Your list has one step at most. A user who has a coupon may be upgraded to a larger one."""
    return reference.efficient_steps(gain, cost)[:1]


def stops_at_first_bend(gain, cost):
    """You stopped at the first face value that does not gain more. A larger one behind it may."""
    end = next((j for j in range(1, len(gain)) if gain[j] <= gain[j - 1]), len(gain))
    return reference.efficient_steps(gain[:end], cost[:end])


def totals_not_extras(gain, cost):
    """Your cost and gain are those of the whole coupon. A step costs only what the new coupon costs
    more than the old one, and brings only what it brings more.
    """
    return [
        (j, float(cost[j]), float(gain[j])) for j, _, _ in reference.efficient_steps(gain, cost)
    ]


def largest_gain_at_once(gain, cost):
    """You went to the largest gain at once. The smaller coupons on the way bring more per USD, and
    when money is short they are what a user gets.
    """
    best = int(np.argmax(gain))
    return [(best, float(cost[best]), float(gain[best]))] if gain[best] > 0 else []


def largest_gain_at_once__farthest_of_equals(gain, cost):
    best = len(gain) - 1 - int(np.argmax(gain[::-1]))
    return [(best, float(cost[best]), float(gain[best]))] if gain[best] > 0 else []


def losses_kept(gain, cost):
    """Your list has steps that gain nothing, or lose. A step must bring more than was there
    before.
    """
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    at, steps = 0, []
    while at + 1 < len(gain):
        more, extra = gain[at + 1 :] - gain[at], cost[at + 1 :] - cost[at]
        ratio = more / extra
        to = len(ratio) - 1 - int(np.argmax(ratio[::-1]))
        at += 1 + to
        steps.append((at, float(extra[to]), float(more[to])))
    return steps


def nearest_of_equals(gain, cost):
    """Of equal ratios you took the nearest face value. The contract asks for the farthest: one
    step, not several with the same ratio.
    """
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    at, steps = 0, []
    while at + 1 < len(gain):
        more, extra = gain[at + 1 :] - gain[at], cost[at + 1 :] - cost[at]
        to = int(np.argmax(more / extra))
        if more[to] <= 0:
            break
        at += 1 + to
        steps.append((at, float(extra[to]), float(more[to])))
    return steps


def nearest_of_equals__on_paper(gain, cost):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    at, steps = 0, []
    while at + 1 < len(gain):
        more, extra = gain[at + 1 :] - gain[at], cost[at + 1 :] - cost[at]
        ratio = more / extra
        to = int(np.flatnonzero(ratio >= ratio.max() * (1 - 1e-12))[0])
        if more[to] <= 0:
            break
        at += 1 + to
        steps.append((at, float(extra[to]), float(more[to])))
    return steps


def _steps_while(gain, cost, fine=lambda more, extra: more > 0, equal=1e-12, goes_on=None):
    """The steps by ratio, as long as ``fine(extra gain, extra cost)`` says so."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    at, steps = 0, []
    while at + 1 < len(gain) and (goes_on is None or goes_on(gain, at)):
        more, extra = gain[at + 1 :] - gain[at], cost[at + 1 :] - cost[at]
        ratio = more / extra
        to = int(np.flatnonzero(ratio >= ratio.max() - equal * abs(ratio.max()))[-1])
        if not fine(more[to], extra[to]):
            break
        at += 1 + to
        steps.append((at, float(extra[to]), float(more[to])))
    return steps


def losses_kept__no_gain(gain, cost):
    return _steps_while(gain, cost, lambda more, extra: more >= 0)


def stops_at_first_bend__on_the_way(gain, cost):
    return _steps_while(gain, cost, goes_on=lambda g, at: g[at + 1] > g[at])


def compared_to_the_last_digit(gain, cost):
    """Ratios were compared to the last digit of a float. Ratios that are equal on paper may differ
    there: the contract counts them as equal to a relative 1e-12.
    """
    return _steps_while(gain, cost, equal=0.0)


def compared_too_roughly(gain, cost):
    """Ratios that differ a little were taken as equal. The contract counts them as equal to a
    relative 1e-12 only.
    """
    return _steps_while(gain, cost, equal=1e-5)


def compared_too_roughly__nine_digits(gain, cost):
    return _steps_while(gain, cost, equal=1e-9)


def places_counted_from_the_step_before(gain, cost):
    """Your index of a step is not that of its face value. It must be the index among all face
    values, "no coupon" included.
    """
    before, steps = 0, []
    for j, extra, more in reference.efficient_steps(gain, cost):
        steps.append((j - before, extra, more))
        before = j
    return steps


def places_counted_from_the_step_before__less_one(gain, cost):
    return [(j - 1, extra, more) for j, extra, more in reference.efficient_steps(gain, cost)]


def gain_before_cost(gain, cost):
    """The numbers of a step are the wrong way round: its extra cost comes first, then its extra
    gain.
    """
    return [(j, more, extra) for j, extra, more in reference.efficient_steps(gain, cost)]


def stops_below_one(gain, cost):
    """Your list ends where a step gains less than a dollar per dollar. It must end only where there
    is no extra gain: what a dollar of budget is worth is not known here.
    """
    return _steps_while(gain, cost, lambda more, extra: more >= extra)


def stops_below_one__strict(gain, cost):
    return _steps_while(gain, cost, lambda more, extra: more > extra)


def ratios_for_gains(gain, cost):
    """Your steps hold their ratio. A step must hold its extra cost and its extra gain."""
    return [(j, extra, more / extra) for j, extra, more in reference.efficient_steps(gain, cost)]


# ---- allocate_budget and kill_allocation ----------------------------------------------------


def _all_steps(gain, cost, find=reference.efficient_steps):
    """(ratio, user, step, face, extra cost, extra gain) of all steps of all users."""
    return [
        (more / extra, user, k, face, extra, more)
        for user, (g, c) in enumerate(zip(gain, cost, strict=True))
        for k, (face, extra, more) in enumerate(find(list(g), list(c)))
    ]


def _take(steps, n_users, budget, stop=True):
    plan, spent, closed = [0] * n_users, 0.0, set()
    for _, user, _, face, extra, _ in steps:
        if user in closed:
            continue
        if spent + extra > budget + 1e-9:
            if stop:
                break
            closed.add(user)
            continue
        plan[user], spent = face, spent + extra
    return plan


def _by_ratio(step):
    return (-step[0], step[1], step[2])


def _best_average(gain, cost):
    """The face value with the best gain per cost, as the only step of a user."""
    best = max(range(1, len(gain)), key=lambda j: gain[j] / cost[j])
    return [(best, float(cost[best]), float(gain[best]))] if gain[best] > 0 else []


def best_ratio_never_upgraded(gain, cost, budget):
    """Each user got the face value with the best gain per cost and kept it. When money is left,
    larger coupons for some users bring more than first coupons for others.
    """
    steps = sorted(_all_steps(gain, cost, _best_average), key=_by_ratio)
    return _take(steps, len(gain), budget)


def largest_gain_first(gain, cost, budget):
    """Users were served by their largest gain. A gain that costs twice as much takes the money of
    two others: compare gain per cost.
    """
    steps = _all_steps(gain, cost, largest_gain_at_once)
    return _take(sorted(steps, key=lambda s: (-s[5], s[1])), len(gain), budget)


def largest_gain_first__whoever_fits(gain, cost, budget):
    steps = _all_steps(gain, cost, largest_gain_at_once)
    return _take(sorted(steps, key=lambda s: (-s[5], s[1])), len(gain), budget, stop=False)


def first_come_first_served(gain, cost, budget):
    """Users were served in the order of the rows. The last users may be the best ones; sort the
    steps of all of them together.
    """
    return _take(sorted(_all_steps(gain, cost), key=lambda s: s[1:3]), len(gain), budget)


def first_come_first_served__with_their_best(gain, cost, budget):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    return _served_in_order(gain.argmax(axis=1), np.zeros(len(gain)), cost, budget)


def _served_in_order(face, score, cost, budget):
    """Whole coupons, the best score first, up to the first that does not fit."""
    plan, left = [0] * len(score), budget
    for user in np.argsort(-score, kind="stable"):
        left -= cost[user, face[user]]
        if left < -1e-9:
            break
        plan[user] = int(face[user])
    return plan


def _one_face(face, gain, cost, budget):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    ratio = gain[:, face] / cost[:, face]
    return _served_in_order(np.full(len(gain), face), ratio, cost, budget)


def one_face_value_by_ratio(gain, cost, budget):
    """Whoever was served got the same face value, the best ratio first. Each user has a face value
    of her own that is best for the money, and may be upgraded.
    """
    return _one_face(min(2, len(gain[0]) - 1), gain, cost, budget)


def one_face_value_by_ratio__the_smallest(gain, cost, budget):
    return _one_face(1, gain, cost, budget)


def one_face_value_by_ratio__the_largest(gain, cost, budget):
    return _one_face(len(gain[0]) - 1, gain, cost, budget)


def upgrade_charged_in_full(gain, cost, budget):
    """An upgrade was charged at the full cost of the new coupon. The user gives the old one back:
    only the difference is spent.
    """
    plan, spent = [0] * len(gain), 0.0
    for _, user, _, face, _, _ in sorted(_all_steps(gain, cost), key=_by_ratio):
        if spent + cost[user][face] > budget + 1e-9:
            break
        plan[user], spent = face, spent + cost[user][face]
    return plan


def no_hull(gain, cost, budget):
    """You sorted the steps from each face value to the next one. Where the first does little, its
    bad ratio hides the good one behind it: find the efficient steps first.
    """
    steps = sorted(_all_steps(gain, cost, only_dominated_removed), key=_by_ratio)
    plan, spent, at = [0] * len(gain), 0.0, [0] * len(gain)
    waiting = list(steps)
    while waiting:
        nxt = next((s for s in waiting if s[2] == at[s[1]]), None)
        if nxt is None or spent + nxt[4] > budget + 1e-9:
            break
        plan[nxt[1]], spent, at[nxt[1]] = nxt[3], spent + nxt[4], at[nxt[1]] + 1
        waiting.remove(nxt)
    return plan


def last_step_overspends(gain, cost, budget):
    """You took one step too many: the one that no longer fits. The budget is a limit."""
    plan, spent = [0] * len(gain), 0.0
    for _, user, _, face, extra, _ in sorted(_all_steps(gain, cost), key=_by_ratio):
        if spent >= budget - 1e-9:
            break
        plan[user], spent = face, spent + extra
    return plan


def last_step_overspends__after_the_last_cent(gain, cost, budget):
    plan, spent = [0] * len(gain), 0.0
    for _, user, _, face, extra, _ in sorted(_all_steps(gain, cost), key=_by_ratio):
        plan[user], spent = face, spent + extra
        if spent > budget + 1e-9:
            break
    return plan


def largest_step_first(gain, cost, budget):
    """You sorted the steps by their extra gain. A step must be compared by what it brings per USD
    that it costs.
    """
    steps = sorted(_all_steps(gain, cost), key=lambda s: (-s[5], s[1], s[2]))
    plan, spent, at = [0] * len(gain), 0.0, [0] * len(gain)
    while steps:
        nxt = next((s for s in steps if s[2] == at[s[1]]), None)
        if nxt is None or spent + nxt[4] > budget + 1e-9:
            break
        plan[nxt[1]], spent, at[nxt[1]] = nxt[3], spent + nxt[4], at[nxt[1]] + 1
        steps.remove(nxt)
    return plan


def goes_on_after_the_first(gain, cost, budget):
    """You went on after a step that did not fit, to smaller ones further down. In practice that is
    a little better. Here the contract says to stop, so that there is one right plan.
    """
    return _take(sorted(_all_steps(gain, cost), key=_by_ratio), len(gain), budget, stop=False)


def price_rule_drops_ties(gain, cost, budget):
    """Each user took what is best for her at the price of the budget. Users whose ratio equals that
    price then get their step either all together or not at all, and money is left that would pay
    for some of them.
    """
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    price = reference.price_of_budget(gain, cost, budget)
    return (gain - price * cost).argmax(axis=1).tolist()


def all_pairs_by_ratio(gain, cost, budget):
    """All coupons of all users by gain per cost, each at its full cost; the last one counts."""
    pairs = [
        (-g / c, user, face)
        for user, rows in enumerate(zip(gain, cost, strict=True))
        for face, (g, c) in enumerate(zip(*rows, strict=True))
        if face and g > 0
    ]
    plan, left = [0] * len(gain), budget
    for _, user, face in sorted(pairs):
        if not plan[user] and cost[user][face] <= left + 1e-9:
            plan[user], left = face, left - cost[user][face]
    return plan


def best_ratio_never_upgraded__first_step(gain, cost, budget):
    steps = [s for s in _all_steps(gain, cost) if s[2] == 0]
    return _take(sorted(steps, key=_by_ratio), len(gain), budget)


def best_ratio_never_upgraded__smaller_ones_too(gain, cost, budget):
    steps = [s for s in _all_steps(gain, cost) if s[2] == 0]
    return _take(sorted(steps, key=_by_ratio), len(gain), budget, stop=False)


def goes_on_after_the_first__upgrades_too(gain, cost, budget):
    plan, spent = [0] * len(gain), 0.0
    for _, user, _, face, extra, _ in sorted(_all_steps(gain, cost), key=_by_ratio):
        if spent + extra <= budget + 1e-9:
            plan[user], spent = face, spent + extra
    return plan


def goes_on_after_the_first__charged_from_the_plan(gain, cost, budget):
    plan, spent = [0] * len(gain), 0.0
    for _, user, _, face, _, _ in sorted(_all_steps(gain, cost), key=_by_ratio):
        extra = cost[user][face] - cost[user][plan[user]]
        if spent + extra <= budget + 1e-9:
            plan[user], spent = face, spent + extra
    return plan


def _neighbours(gain, cost):
    return [
        (j, cost[j] - cost[j - 1], gain[j] - gain[j - 1])
        for j in range(1, len(gain))
        if gain[j] > gain[j - 1]
    ]


def _up_to_a_bend(gain, cost):
    bend = next((j for j in range(1, len(gain)) if gain[j] <= gain[j - 1]), len(gain))
    return _neighbours(gain[:bend], cost[:bend])


def _next_ones_only(gain, cost, budget, find):
    plan, spent = [0] * len(gain), 0.0
    for _, user, _, face, extra, _ in sorted(_all_steps(gain, cost, find), key=_by_ratio):
        if spent + extra > budget + 1e-9:
            break
        if face == plan[user] + 1:
            plan[user], spent = face, spent + extra
    return plan


def no_hull__next_ones_only(gain, cost, budget):
    return _next_ones_only(gain, cost, budget, _up_to_a_bend)


def no_hull__next_ones_behind_a_bend(gain, cost, budget):
    return _next_ones_only(gain, cost, budget, _neighbours)


def no_hull__in_any_order(gain, cost, budget):
    return _take(sorted(_all_steps(gain, cost, _neighbours), key=_by_ratio), len(gain), budget)


def no_hull__up_to_a_bend(gain, cost, budget):
    return _take(sorted(_all_steps(gain, cost, _up_to_a_bend), key=_by_ratio), len(gain), budget)


def largest_step_first__in_any_order(gain, cost, budget):
    plan, spent = [0] * len(gain), 0.0
    for _, user, _, face, extra, _ in sorted(_all_steps(gain, cost), key=lambda s: (-s[5], s[1])):
        if spent + extra > budget + 1e-9:
            break
        plan[user], spent = max(plan[user], face), spent + extra
    return plan


def largest_step_first__last_one_counts(gain, cost, budget):
    steps = sorted(_all_steps(gain, cost), key=lambda s: (-s[5], s[1]))
    return _take(steps, len(gain), budget)


def no_room_for_rounding(gain, cost, budget):
    """A step that uses up the budget exactly was refused: a sum of floats came out a little above.
    Allow for the small number in the contract.
    """
    return _take_within(gain, cost, budget, lambda spent, extra: spent + extra <= budget)


def no_room_for_rounding__from_what_is_left(gain, cost, budget):
    plan, left = [0] * len(gain), budget
    for _, user, _, face, extra, _ in sorted(_all_steps(gain, cost), key=_by_ratio):
        if extra > left:
            break
        plan[user], left = face, left - extra
    return plan


def _take_within(gain, cost, budget, fits, key=_by_ratio):
    plan, spent = [0] * len(gain), 0.0
    for _, user, _, face, extra, _ in sorted(_all_steps(gain, cost), key=key):
        if not fits(spent, extra):
            break
        plan[user], spent = face, spent + extra
    return plan


def budget_never_used_up(gain, cost, budget):
    """A step that takes all that is left of the budget was refused. It fits."""
    return _take_within(gain, cost, budget, lambda spent, extra: spent + extra < budget - 1e-9)


def budget_never_used_up__to_the_digit(gain, cost, budget):
    return _take_within(gain, cost, budget, lambda spent, extra: spent + extra < budget)


def higher_user_first(gain, cost, budget):
    """Of equal ratios the higher user came first. An ascending order that is reversed as a whole
    reverses the ties too.
    """
    key = lambda s: (-s[0], -s[1], s[2])  # noqa: E731
    return _take_within(
        gain, cost, budget, lambda spent, extra: spent + extra <= budget + 1e-9, key
    )


def equal_ratios_by_size(gain, cost, budget):
    """Of equal ratios the cheaper or the larger step came first. The contract asks for the lower
    user.
    """
    key = lambda s: (-s[0], s[4], s[1])  # noqa: E731
    return _take_within(
        gain, cost, budget, lambda spent, extra: spent + extra <= budget + 1e-9, key
    )


def equal_ratios_by_size__larger_first(gain, cost, budget):
    key = lambda s: (-s[0], -s[4], s[1])  # noqa: E731
    return _take_within(
        gain, cost, budget, lambda spent, extra: spent + extra <= budget + 1e-9, key
    )


def equal_ratios_by_face(gain, cost, budget):
    """Of equal ratios the smaller face value came first. The contract asks for the lower user."""
    key = lambda s: (-s[0], s[3], s[1])  # noqa: E731
    return _take_within(
        gain, cost, budget, lambda spent, extra: spent + extra <= budget + 1e-9, key
    )


def first_coupons_before_upgrades(gain, cost, budget):
    """Everybody got her first coupon before anybody was upgraded. An upgrade may have the better
    ratio: put the steps of all users into one order.
    """
    key = lambda s: (s[2], -s[0], s[1])  # noqa: E731
    return _take_within(
        gain, cost, budget, lambda spent, extra: spent + extra <= budget + 1e-9, key
    )


def upgrades_by_average_ratio(gain, cost, budget):
    """A larger coupon took its place in the order by its whole gain per whole cost. For an upgrade
    what counts is the extra gain per extra cost.
    """
    options = [
        (-g / c, user, face)
        for user, rows in enumerate(zip(gain, cost, strict=True))
        for face, (g, c) in enumerate(zip(*rows, strict=True))
        if face and g > 0
    ]
    plan, spent = [0] * len(gain), 0.0
    for _, user, face in sorted(options):
        if face <= plan[user] or gain[user][face] <= gain[user][plan[user]]:
            continue
        extra = cost[user][face] - cost[user][plan[user]]
        if spent + extra > budget + 1e-9:
            break
        plan[user], spent = face, spent + extra
    return plan


def upgrades_by_average_ratio__goes_on(gain, cost, budget):
    return all_pairs_by_ratio(gain, cost, budget)


def costs_returned(gain, cost, budget):
    """Your plan holds what each user's coupon costs. It must hold the index of her face value."""
    plan = reference.allocate_budget(gain, cost, budget)
    return [float(cost[user][face]) for user, face in enumerate(plan)]


def steps_counted(gain, cost, budget):
    """Your plan counts the steps that each user took. A step may skip a face value: keep the index
    to which it leads.
    """
    plan = reference.allocate_budget(gain, cost, budget)
    steps = [reference.efficient_steps(g, c) for g, c in zip(gain, cost, strict=True)]
    return [sum(s[0] <= face for s in mine) for mine, face in zip(steps, plan, strict=True)]


def served_or_not(gain, cost, budget):
    """Your plan says who gets a coupon, but not which: return the index of the face value."""
    return [int(face > 0) for face in reference.allocate_budget(gain, cost, budget)]


WRONG_PLANS = {
    "largest_gain_first": largest_gain_first,
    "first_come": first_come_first_served,
    "never_upgraded": best_ratio_never_upgraded,
    "no_hull": no_hull,
    "last_step_overspends": last_step_overspends,
    "upgrade_charged_in_full": upgrade_charged_in_full,
    "price_rule_drops_ties": price_rule_drops_ties,
    "all_pairs_by_ratio": all_pairs_by_ratio,
}


def accepts_any_plan(fn):
    """Your test accepts everything. Compute what a plan costs and gains, and compare with the
    budget and the bound.
    """
    return True


def rejects_any_plan(fn):
    """Your test rejects right implementations too. Check only what every one of them promises."""
    return False


def wants_one_plan(fn):
    """Your test asks for one certain plan and so rejects right implementations. Different plans may
    keep the promise: test what it says of budget and gain.
    """
    gain = [[0, 5, 6], [0, 2, 7], [0, 1, 2]] * 6
    cost = [[0, 2, 3.5], [0, 1, 5], [0, 1.5, 2]] * 6
    right = reference.allocate_budget(np.array(gain), np.array(cost), 20.5)
    return list(fn(gain, cost, 20.5)) == right


def checks_the_budget_only(fn):
    """What a plan gains makes no difference to your test. Either it looks at the cost alone, or it
    has so few users that even a plan without coupons gains enough.
    """
    gain = [[0, 6 + u, 9 + 2 * u] for u in range(12)]
    cost = [[0, 2, 4]] * 12
    return sum(row[j] for row, j in zip(cost, fn(gain, cost, 29), strict=True)) <= 29


def wants_the_budget_spent(fn):
    """Your test asks how much of the budget is spent. A bad plan spends all of it as well: compute
    what the plan gains.
    """
    cost = [[0, 2, 4]] * 12
    plan = fn([[0, 6 + u, 9 + 2 * u] for u in range(12)], cost, 29)
    return 26 <= sum(row[j] for row, j in zip(cost, plan, strict=True)) <= 29


def few_users(fn):
    """Your cases have few users, so that one step is a large part of the whole and the promise
    allows almost anything. Try the same with a dozen users and more.
    """
    upgrades = [[0, 6, 9], [0, 7, 11], [0, 8, 13], [0, 9, 15]], [[0, 2, 4]] * 4
    equal = [[0, 3, 4]] * 4, [[0, 2, 4]] * 4
    worlds = [(*upgrades, 9), (*equal, 5), (*equal, 0), (*upgrades, 50)]
    return all(reference._keeps_promise(fn, *world) for world in worlds)


# ---- price_of_budget ------------------------------------------------------------------------


def _arrays(gain, cost):
    return np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)


def _halve(too_low, high=None, rounds=60):
    """The end of an interval that is halved; ``too_low(price)`` says where to go on."""
    low = 0.0
    if high is None:
        high = 1.0
        while too_low(high) and high < 1e12:
            high *= 2
    for _ in range(rounds):
        middle = (low + high) / 2
        low, high = (middle, high) if too_low(middle) else (low, middle)
    return low, high


def utility_compared_with_budget(gain, cost, budget):
    """You compared the sum of the best ``gain - λ * cost`` with the budget. That sum is gain less
    price, not money spent: add up the cost of the chosen face values.
    """
    gain, cost = _arrays(gain, cost)

    def too_low(price):
        return (gain - price * cost).max(axis=1).sum() > budget

    return _halve(too_low)[1] if too_low(0.0) else 0.0


def price_below_one(gain, cost, budget):
    """You searched between 0 and 1. The price is sales per USD of budget and may be any number: in
    cents it is a hundred times larger.
    """
    gain, cost = _arrays(gain, cost)
    if reference._spend_at(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    return _halve(lambda p: reference._spend_at(gain, cost, p) > budget + 1e-9, 1.0)[1]


def wrong_half_kept(gain, cost, budget):
    """You kept the wrong half. When users spend too much, the price is too low, and the search
    goes on above it.
    """
    gain, cost = _arrays(gain, cost)
    if reference._spend_at(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    high = 1.0
    while reference._spend_at(gain, cost, high) > budget + 1e-9:
        high *= 2
    return _halve(lambda p: reference._spend_at(gain, cost, p) <= budget + 1e-9, high)[1]


def price_when_budget_is_not_binding(gain, cost, budget):
    """Your price is above 0 although the money pays for everything that gains. Then one more dollar
    brings nothing, and the price must be 0.
    """
    gain, cost = _arrays(gain, cost)
    price = reference.price_of_budget(gain, cost, budget)
    if price > 0:
        return price
    ratios = [more / extra for _, _, _, _, extra, more in _all_steps(gain, cost)]
    return float(min(ratios, default=1.0))


def price_when_budget_is_not_binding__unless_nobody_gains(gain, cost, budget):
    gain, cost = _arrays(gain, cost)
    some = _all_steps(gain, cost)
    return price_when_budget_is_not_binding(gain, cost, budget) if some else 0.0


def average_ratio_as_price(gain, cost, budget):
    """Your price is the whole gain per whole cost of the last coupon. The last dollar buys a
    *step*, and what counts is its extra gain per extra cost.
    """
    gain, cost = _arrays(gain, cost)
    price = reference.price_of_budget(gain, cost, budget)
    if price == 0:
        return 0.0
    steps = sorted(_all_steps(gain, cost), key=_by_ratio)
    _, user, _, face, _, _ = min(steps, key=lambda s: abs(s[0] - price))
    return float(gain[user, face] / cost[user, face])


def return_of_the_budget(gain, cost, budget):
    """You divided the whole gain by the whole cost. That is what a dollar brings on average; the
    price is what the *last* dollar brings.
    """
    gain, cost = _arrays(gain, cost)
    price = reference.price_of_budget(gain, cost, budget)
    face = (gain - price * cost).argmax(axis=1)
    users = np.arange(len(gain))
    if price == 0 or not face.any():
        return price
    return float(gain[users, face].sum() / cost[users, face].sum())


def five_halvings(gain, cost, budget):
    """The search stopped too early. Each halving brings one binary digit: the promised accuracy
    takes about twenty, and more when the price is large.
    """
    gain, cost = _arrays(gain, cost)
    if reference._spend_at(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    return _halve(lambda p: reference._spend_at(gain, cost, p) > budget + 1e-9, rounds=5)[1]


def overspending_side_returned(gain, cost, budget):
    """At the price that you returned the users still spend more than the budget. The two ends of a
    search are almost the same price, but where many users are equal they all buy at one end and
    none at the other: return a price at which the budget is kept.
    """
    gain, cost = _arrays(gain, cost)
    if reference._spend_at(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    return _halve(lambda p: reference._spend_at(gain, cost, p) > budget + 1e-9)[0]


def _searched(gain, cost, budget, too_much, high=None):
    """The upper end of a search; ``too_much(price)`` says whether the price is too low."""
    return _halve(too_much, high)[1] if too_much(0.0) else 0.0


def no_room_in_the_price(gain, cost, budget):
    """Coupons that use up the budget exactly were refused: a sum of floats came out a little above.
    Allow for the small number in the contract.
    """
    gain, cost = _arrays(gain, cost)
    users = np.arange(len(gain))

    def too_much(price):
        return sum(cost[users, (gain - price * cost).argmax(axis=1)].tolist()) > budget

    return _searched(gain, cost, budget, too_much)


def budget_not_used_up(gain, cost, budget):
    """Users who spend exactly the budget were taken to spend too much. They keep within it."""
    gain, cost = _arrays(gain, cost)
    if budget <= 1e-9:
        return 1e12
    return _searched(
        gain, cost, budget, lambda p: reference._spend_at(gain, cost, p) >= budget - 1e-9
    )


def budget_not_used_up__no_money(gain, cost, budget):
    gain, cost = _arrays(gain, cost)
    high = 1.0 + (gain[:, 1:] / cost[:, 1:]).max()
    if reference._spend_at(gain, cost, 0.0) < budget - 1e-9:
        return 0.0
    return _halve(lambda p: reference._spend_at(gain, cost, p) >= budget - 1e-9, high)[1]


def price_below_a_limit(gain, cost, budget):
    """You searched up to a fixed price. The price is sales per USD of budget and may be any number:
    in cents it is a hundred times larger.
    """
    gain, cost = _arrays(gain, cost)
    return _searched(
        gain, cost, budget, lambda p: reference._spend_at(gain, cost, p) > budget + 1e-9, 10.0
    )


def price_below_a_limit__hundred(gain, cost, budget):
    gain, cost = _arrays(gain, cost)
    return _searched(
        gain, cost, budget, lambda p: reference._spend_at(gain, cost, p) > budget + 1e-9, 100.0
    )


def ratio_of_the_last_step_paid(gain, cost, budget):
    """You returned the ratio of the last step that is paid for. At that price, and at some below
    it, the users keep within the budget: the smallest such price is asked for.
    """
    spent, last = 0.0, 0.0
    for ratio, _, _, _, extra, _ in sorted(_all_steps(gain, cost), key=_by_ratio):
        if spent + extra > budget + 1e-9:
            return last
        spent, last = spent + extra, ratio
    return 0.0


def gain_compared_with_budget(gain, cost, budget):
    """You compared what the users gain with the budget. The budget pays for what they cost."""
    gain, cost = _arrays(gain, cost)
    return _searched(
        gain,
        cost,
        budget,
        lambda p: (
            np.take_along_axis(gain, (gain - p * cost).argmax(axis=1)[:, None], 1).sum()
            > budget + 1e-9
        ),
    )


def best_average_offer_only(gain, cost, budget):
    """Each user was considered only for the face value with her best gain per cost. At a low price
    a larger one may keep more: compare ``gain - λ * cost`` of all face values.
    """
    gain, cost = _arrays(gain, cost)
    ratio, users = gain[:, 1:] / cost[:, 1:], np.arange(len(gain))
    best, each = ratio.max(axis=1), cost[users, 1 + ratio.argmax(axis=1)]
    return _searched(gain, cost, budget, lambda p: each[best > p].sum() > budget + 1e-9)


def no_coupon_is_no_choice(gain, cost, budget):
    """At every price each user took some coupon. "No coupon" is a choice as well: keep column 0."""
    gain, cost = (table[:, 1:] for table in _arrays(gain, cost))
    return _searched(
        gain, cost, budget, lambda p: reference._spend_at(gain, cost, p) > budget + 1e-9, 1e6
    )


def no_coupon_is_no_choice__doubled(gain, cost, budget):
    gain, cost = (table[:, 1:] for table in _arrays(gain, cost))
    return _searched(
        gain, cost, budget, lambda p: reference._spend_at(gain, cost, p) > budget + 1e-9
    )


def ratios_between_neighbours(gain, cost, budget):
    """Your ratios are those of steps between neighbouring face values. Where the first one does
    little, it is skipped: nobody ever stops there, and its ratio is no price.
    """
    gain, cost = _arrays(gain, cost)
    extra = np.diff(cost, axis=1).ravel()
    ratio = (np.diff(gain, axis=1) / np.diff(cost, axis=1)).ravel()
    order = np.argsort(-ratio, kind="stable")
    order = order[ratio[order] > 0]
    over = np.flatnonzero(np.cumsum(extra[order]) > budget + 1e-9)
    return float(ratio[order[over[0]]]) if len(over) else 0.0


# ---- gain_bound -----------------------------------------------------------------------------


def budget_forgotten(gain, cost, budget, price):
    """What the budget is worth was left out. The users paid for it: it belongs to the bound."""
    return reference.gain_bound(gain, cost, 0.0, price)


def gain_of_the_plan(gain, cost, budget, price):
    """You added price x what the users spend. That gives back the gain of their choices, which is
    no bound: add price x the whole budget.
    """
    gain, cost = _arrays(gain, cost)
    face = (gain - price * cost).argmax(axis=1)
    return float(gain[np.arange(len(gain)), face].sum())


def gain_of_the_plan__within_the_budget(gain, cost, budget, price):
    gain, cost = _arrays(gain, cost)
    spent = min(budget, reference._spend_at(gain, cost, price))
    return reference.gain_bound(gain, cost, spent, price)


def coupon_for_everybody(gain, cost, budget, price):
    """You let everybody take a coupon. "No coupon" is a choice as well, and often the best one."""
    gain, cost = _arrays(gain, cost)
    return float((gain - price * cost)[:, 1:].max(axis=1).sum() + price * budget)


def without_price(gain, cost, budget, price):
    """You added up the largest gains without subtracting price x cost. That is a bound for an
    unlimited budget.
    """
    gain, _ = _arrays(gain, cost)
    return float(gain.max(axis=1).sum() + price * budget)


def mean_for_sum(gain, cost, budget, price):
    """You took the mean over users. The budget pays for all of them: take the sum."""
    gain, cost = _arrays(gain, cost)
    return float((gain - price * cost).max(axis=1).mean() + price * budget)


def all_faces_added(gain, cost, budget, price):
    """You added up all face values of a user. She gets one of them: take her best."""
    gain, cost = _arrays(gain, cost)
    return float(np.maximum(gain - price * cost, 0).sum() + price * budget)


def largest_gain_then_priced(gain, cost, budget, price):
    """You took each user's largest gain and subtracted its cost afterwards. At a price another
    face value may be the best: subtract first, then take the largest.
    """
    gain, cost = _arrays(gain, cost)
    face, users = gain.argmax(axis=1), np.arange(len(gain))
    return float((gain[users, face] - price * cost[users, face]).sum() + price * budget)


def budget_subtracted(gain, cost, budget, price):
    """The worth of the budget was subtracted. The users paid the price for what they cost: it is
    given back.
    """
    return reference.gain_bound(gain, cost, -budget, price)


def left_money_given_back(gain, cost, budget, price):
    """Only the money that is left was given back, at its price. The users paid for all of it: give
    back the whole budget.
    """
    gain, cost = _arrays(gain, cost)
    left = budget - reference._spend_at(gain, cost, price)
    return reference.gain_bound(gain, cost, left, price)


def best_user_of_each_face(gain, cost, budget, price):
    """You took the best user of each face value. Take the best face value of each user: she is a
    row.
    """
    gain, cost = _arrays(gain, cost)
    return float((gain - price * cost).max(axis=0).sum() + price * budget)


def one_largest_of_all(gain, cost, budget, price):
    """You took one largest number of the whole table. Each user takes what is best for her."""
    gain, cost = _arrays(gain, cost)
    return float((gain - price * cost).max() + price * budget)


def largest_gains_alone(gain, cost, budget, price):
    """You added up the largest gains; neither price nor budget plays a part. That is a bound for
    any budget, but a loose one.
    """
    return float(_arrays(gain, cost)[0].max(axis=1).sum())


def budget_not_priced(gain, cost, budget, price):
    """You added the budget in dollars. What it is worth depends on the price of a dollar."""
    return reference.gain_bound(gain, cost, 0.0, price) + budget


def own_price_searched(gain, cost, budget, price):
    """You searched for the price of the budget and took that. The bound at the given ``price`` is
    asked for.
    """
    gain, cost = _arrays(gain, cost)
    own = reference.price_of_budget(gain, cost, budget)
    return reference.gain_bound(gain, cost, budget, own)


def gain_of_the_steps(gain, cost, budget, price):
    """You returned what a plan within the budget gains. A bound is what no plan exceeds, and it is
    needed where no plan is known.
    """
    plan = reference.allocate_budget(gain, cost, budget)
    return float(sum(row[face] for row, face in zip(gain, plan, strict=True)))


def cost_not_priced(gain, cost, budget, price):
    """You subtracted the cost in dollars, whatever a dollar is worth: subtract price x cost."""
    gain, cost = _arrays(gain, cost)
    return float((gain - cost).max(axis=1).sum() + price * budget)


def lists_multiplied(gain, cost, budget, price):
    """A list cannot be multiplied by a price. The tables may be lists of rows, as in the example:
    turn them into arrays first.
    """
    return float((gain - price * cost).max(axis=1).sum() + price * budget)


# ---- plan_effect ----------------------------------------------------------------------------


def _log(arm, outcome, share, plan):
    return (
        np.asarray(arm),
        np.asarray(outcome, dtype=float),
        np.asarray(share, dtype=float),
        np.asarray(plan),
    )


def _interval(d, n=None):
    half = 1.96 * d.std(ddof=1) / math.sqrt(n or len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def _weighted(arm, outcome, share, plan):
    arm, y, share, plan = _log(arm, outcome, share, plan)
    return ((arm == plan) / share[plan] - (arm == 0) / share[0]) * y


def matched_rows_compared(arm, outcome, share, plan):
    """You compared the mean of the rows that got what the plan says with the mean of the rows that
    got nothing. The plan gives different coupons to different users, and each arm was drawn with
    its own chance: rows that match are not a random sample of all users.
    """
    arm, y, share, plan = _log(arm, outcome, share, plan)
    a, b = y[arm == plan], y[arm == 0]
    if min(len(a), len(b)) < 2:
        return 0.0, 0.0, 0.0
    effect = a.mean() - b.mean()
    half = 1.96 * math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return float(effect), float(effect - half), float(effect + half)


def share_of_no_coupon_for_all(arm, outcome, share, plan):
    """You weighted every row by the chance of "no coupon". Weight a row by the chance of what it
    got itself: each arm was drawn with its own.
    """
    return _interval(_weighted(arm, outcome, [share[0]] * len(share), plan))


def equal_shares_assumed(arm, outcome, share, plan):
    """You weighted every arm alike. An arm that was drawn rarely has few rows, and each of them
    stands for more users.
    """
    return _interval(_weighted(arm, outcome, [1 / len(share)] * len(share), plan))


def no_control(arm, outcome, share, plan):
    """You returned what users spend under the plan. How much more is it than without coupons?
    Subtract what the rows without a coupon say.
    """
    arm, y, share, plan = _log(arm, outcome, share, plan)
    return _interval((arm == plan) / share[plan] * y)


def sd_for_standard_error(arm, outcome, share, plan):
    """Your interval uses the standard deviation of the rows. The mean of n rows is √n times less
    uncertain than one row.
    """
    return _interval(_weighted(arm, outcome, share, plan), n=1)


def n_of_matched_rows(arm, outcome, share, plan):
    """You divided by the number of rows that match the plan. The weights 1 / share already stand
    for the rows that do not match: divide by all rows.
    """
    d = _weighted(arm, outcome, share, plan)
    n = max(1, int(np.sum(np.asarray(arm) == np.asarray(plan))))
    effect = d.sum() / n
    half = 1.96 * d.std(ddof=1) / math.sqrt(n)
    return float(effect), float(effect - half), float(effect + half)


def treated_rows_only(arm, outcome, share, plan):
    """You used only the rows to which the plan gives a coupon. The effect is per user of the whole
    log; the others add 0 and count in the mean.
    """
    d = _weighted(arm, outcome, share, plan)[np.asarray(plan) > 0]
    return _interval(d) if len(d) > 1 else (0.0, 0.0, 0.0)


def control_counts_where_the_plan_is_0(arm, outcome, share, plan):
    """A row to which the plan gives nothing was compared with no coupon twice: it got a weight only
    on one side. What the plan does not change adds exactly 0.
    """
    arm, y, share, plan = _log(arm, outcome, share, plan)
    d = ((arm == plan) * (plan > 0) / share[plan] - (arm == 0) / share[0]) * y
    return _interval(d)


def self_normalised(arm, outcome, share, plan):
    """You divided by the sum of the weights instead of by n. That is another estimator (SNIPS);
    here the plain mean over all rows is asked for.
    """
    arm, y, share, plan = _log(arm, outcome, share, plan)
    w, v = (arm == plan) / share[plan], (arm == 0) / share[0]
    effect = (w @ y) / max(w.sum(), 1e-9) - (v @ y) / max(v.sum(), 1e-9)
    half = 1.96 * ((w - v) * y).std(ddof=1) / math.sqrt(len(y))
    return float(effect), float(effect - half), float(effect + half)


def measured_shares(arm, outcome, share, plan):
    """Your weights are 1 / the shares of the arms in this log. The arms were drawn with the chances
    in ``share``: use those.
    """
    counts = np.bincount(np.asarray(arm), minlength=len(share)) / len(arm)
    return _interval(_weighted(arm, outcome, np.where(counts > 0, counts, 1.0), plan))


def population_spread(arm, outcome, share, plan):
    """Your standard deviation divides by n. It must divide by n - 1."""
    d = _weighted(arm, outcome, share, plan)
    half = 1.96 * d.std() / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def parts_taken_as_independent(arm, outcome, share, plan):
    """The variances of the two parts of d were added. The same rows stand in both parts, so they
    are not independent: take the spread of d itself.
    """
    arm, y, share, plan = _log(arm, outcome, share, plan)
    one, none = (arm == plan) / share[plan] * y, (arm == 0) / share[0] * y
    effect = one.mean() - none.mean()
    half = 1.96 * math.sqrt((one.var(ddof=1) + none.var(ddof=1)) / len(y))
    return float(effect), float(effect - half), float(effect + half)


def quantile_of_student(arm, outcome, share, plan):
    """Your interval uses the quantile of Student's distribution. Here it must be 1.96, whatever n
    is.
    """
    d = _weighted(arm, outcome, share, plan)
    half = stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def rows_without_weight_dropped(arm, outcome, share, plan):
    """Rows that got neither what the plan says nor nothing were left out. Their d is 0, and they
    count in the mean.
    """
    d = _weighted(arm, outcome, share, plan)
    d = d[(np.asarray(arm) == np.asarray(plan)) | (np.asarray(arm) == 0)]
    return _interval(d) if len(d) > 1 else (0.0, 0.0, 0.0)


def rows_without_weight_dropped__zeros(arm, outcome, share, plan):
    d = _weighted(arm, outcome, share, plan)
    d = d[d != 0]
    return _interval(d) if len(d) > 1 else (0.0, 0.0, 0.0)


def not_weighted(arm, outcome, share, plan):
    """The rows were not weighted by the chances of the arms: a row that got its arm with a chance
    of 0.1 stands for ten users.
    """
    arm, y, share, plan = _log(arm, outcome, share, plan)
    return _interval(((arm == plan).astype(float) - (arm == 0)) * y)


def control_forgotten_where_it_matches(arm, outcome, share, plan):
    """In your mean a row that got nothing, where the plan gives nothing, counts as a gain. Both
    parts of d apply to it and cancel: it must add 0.
    """
    arm, y, share, plan = _log(arm, outcome, share, plan)
    match = arm == plan
    return _interval((match / share[plan] - ((arm == 0) & ~match) / share[0]) * y)


# ---- price_now ------------------------------------------------------------------------------


def _priced(gain, cost, left, to_come):
    if left <= 0:
        return math.inf
    if to_come <= 0:
        return 0.0
    return reference.price_of_budget(gain, cost, left * len(gain) / to_come)


def _hours(expected, seen):
    expected, seen = np.asarray(expected, dtype=float), np.asarray(seen, dtype=float)
    so_far = expected[: len(seen)].sum()
    return expected, seen, so_far, seen.sum() / so_far if so_far else 1.0


def forecast_not_rescaled(gain, cost, budget, spent, expected, seen):
    """The forecast was kept as it was. If 40 % more users came so far, expect more in the hours
    that are left as well.
    """
    expected, seen, _, _ = _hours(expected, seen)
    return _priced(gain, cost, budget - spent, expected[len(seen) :].sum())


def budget_over_the_whole_day(gain, cost, budget, spent, expected, seen):
    """The money that is left was spread over all users of the day. The users of the hours so far
    have been served: it is for those who are still to come.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    if spent < budget and expected[len(seen) :].sum() * ratio == 0:
        return 0.0
    return _priced(gain, cost, budget - spent, expected.sum() * ratio)


def price_of_the_morning(gain, cost, budget, spent, expected, seen):
    """You returned the price of the morning, for the whole budget and forecast. By now it is known
    how much was spent and how many came.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    if spent >= budget:
        return math.inf
    if expected[len(seen) :].sum() * ratio == 0:
        return 0.0
    return _priced(gain, cost, budget, expected.sum())


def spent_forgotten(gain, cost, budget, spent, expected, seen):
    """What was spent so far was not subtracted from the budget."""
    expected, seen, _, ratio = _hours(expected, seen)
    if spent >= budget:
        return math.inf
    return _priced(gain, cost, budget, expected[len(seen) :].sum() * ratio)


def hours_alike(gain, cost, budget, spent, expected, seen):
    """Users to come were counted as if all hours had the same number. The forecast knows that the
    evening is busier than the night.
    """
    expected, seen, _, _ = _hours(expected, seen)
    left = len(expected) - len(seen)
    per_hour = seen.mean() if len(seen) else expected.mean()
    return _priced(gain, cost, budget - spent, per_hour * left)


def last_hour_only(gain, cost, budget, spent, expected, seen):
    """The forecast was scaled by the last hour alone. One hour is noisy: use all users seen so far
    and all that were expected so far.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    if len(seen) and expected[len(seen) - 1]:
        ratio = seen[-1] / expected[len(seen) - 1]
    return _priced(gain, cost, budget - spent, expected[len(seen) :].sum() * ratio)


def sample_not_scaled(gain, cost, budget, spent, expected, seen):
    """The sample got the whole money that is left. It stands for all users to come, so it gets a
    part: in proportion to its size.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    to_come = expected[len(seen) :].sum() * ratio
    return _priced(gain, cost, (budget - spent) * to_come / len(gain), to_come)


def zero_when_spent(gain, cost, budget, spent, expected, seen):
    """When the money is gone, you returned a price of 0. At price 0 everybody gets her largest
    coupon; when nothing is left, the price is infinite.
    """
    price = reference.price_now(gain, cost, budget, spent, expected, seen)
    return 0.0 if math.isinf(price) else price


def rescaled_upside_down(gain, cost, budget, spent, expected, seen):
    """The forecast was scaled by expected / seen. More users than expected so far means more still
    to come, not fewer.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    to_come = expected[len(seen) :].sum() / ratio if ratio else 0.0
    return _priced(gain, cost, budget - spent, to_come)


def rescaled_upside_down__guarded_by_seen(gain, cost, budget, spent, expected, seen):
    expected, seen, so_far, _ = _hours(expected, seen)
    ratio = so_far / seen.sum() if seen.sum() else 1.0
    return _priced(gain, cost, budget - spent, expected[len(seen) :].sum() * ratio)


def mean_of_hourly_ratios(gain, cost, budget, spent, expected, seen):
    """The forecast was scaled by the mean of the hourly ratios. An hour with few users then counts
    as much as a busy one: divide all users seen so far by all that were expected.
    """
    expected, seen, _, _ = _hours(expected, seen)
    ratios = [s / e for s, e in zip(seen, expected, strict=False) if e > 0]
    ratio = float(np.mean(ratios)) if ratios else 1.0
    return _priced(gain, cost, budget - spent, expected[len(seen) :].sum() * ratio)


def budget_over_the_whole_day__at_its_end_too(gain, cost, budget, spent, expected, seen):
    expected, seen, _, ratio = _hours(expected, seen)
    return _priced(gain, cost, budget - spent, expected.sum() * ratio)


def all_money_to_the_sample(gain, cost, budget, spent, expected, seen):
    """The sample got all the money that is left, whatever the number of users to come. It gets a
    part in proportion to its size.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    if spent >= budget:
        return math.inf
    if expected[len(seen) :].sum() * ratio == 0:
        return 0.0
    return reference.price_of_budget(gain, cost, budget - spent)


def sample_scaled_upside_down(gain, cost, budget, spent, expected, seen):
    """The money of the sample was multiplied by users to come / users in the sample. With more
    users to come there is less for each: it is the other way round.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    to_come = expected[len(seen) :].sum() * ratio
    if spent >= budget:
        return math.inf
    if to_come == 0:
        return 0.0
    return reference.price_of_budget(gain, cost, (budget - spent) * to_come / len(gain))


def seen_subtracted_from_the_day(gain, cost, budget, spent, expected, seen):
    """Users to come were those expected for the day less those seen. A busy morning then makes the
    evening look quiet; it says that the evening will be busy too.
    """
    left = max(0.0, float(np.sum(expected, dtype=float) - np.sum(seen, dtype=float)))
    return _priced(gain, cost, budget - spent, left)


def next_hour_left_out(gain, cost, budget, spent, expected, seen):
    """The next hour was left out of the hours to come. ``seen`` has one number for each hour that
    is over, and the next hour is still to come.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    return _priced(gain, cost, budget - spent, expected[len(seen) + 1 :].sum() * ratio)


def price_when_just_spent(gain, cost, budget, spent, expected, seen):
    """With exactly the budget spent, your price is finite. Nothing is left then either: the price
    must be infinite.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    to_come = expected[len(seen) :].sum() * ratio
    if spent > budget:
        return math.inf
    if to_come == 0:
        return 0.0
    return reference.price_of_budget(gain, cost, (budget - spent) * len(gain) / to_come)


def zero_at_the_end_though_spent(gain, cost, budget, spent, expected, seen):
    """With nothing left and nobody to come, your price is 0. The contract asks for the money first:
    with nothing left the price must be infinite.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    if expected[len(seen) :].sum() * ratio == 0:
        return 0.0
    return reference.price_now(gain, cost, budget, spent, expected, seen)


def nobody_came_is_no_news(gain, cost, budget, spent, expected, seen):
    """When nobody came so far, the forecast was kept as it is. If users were expected and none
    came, none are expected for the rest of the day either.
    """
    expected, seen, _, ratio = _hours(expected, seen)
    return _priced(gain, cost, budget - spent, expected[len(seen) :].sum() * (ratio or 1.0))


def error_before_the_first_hour(gain, cost, budget, spent, expected, seen):
    """There is an error when nobody was expected so far: a division by 0. The forecast is then
    taken as it is.
    """
    expected, seen, so_far, _ = _hours(expected, seen)
    if spent < budget and not so_far:
        raise ZeroDivisionError("division by zero")
    return reference.price_now(gain, cost, budget, spent, expected, seen)


def error_when_nobody_is_to_come(gain, cost, budget, spent, expected, seen):
    """There is an error when nobody is still to come: a division by 0. The price is then 0."""
    expected, seen, _, ratio = _hours(expected, seen)
    if spent < budget and not expected[len(seen) :].sum() * ratio:
        raise ZeroDivisionError("division by zero")
    return reference.price_now(gain, cost, budget, spent, expected, seen)


# ---- allocate_coupons -----------------------------------------------------------------------

KNOWN = ["baskets", "spend", "coupon_baskets", "recency", "order_value"]
VALUES = [0, 5, 10, 20]


def _joint_model(trial, users):
    """Chances to buy by one model with the face value as a feature."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.05,
        max_iter=200,
        max_leaf_nodes=8,
        min_samples_leaf=100,
        monotonic_cst={"face": 1},
        random_state=0,
    )
    model.fit(trial[[*KNOWN, "face"]], trial["bought"])
    p = [model.predict_proba(users[KNOWN].assign(face=face))[:, 1] for face in VALUES]
    return np.column_stack(p)


def _separate_forests(trial, users):
    """Chances to buy by one forest for each face value."""
    p = []
    for face in VALUES:
        rows = trial[trial["face"] == face]
        forest = RandomForestClassifier(60, min_samples_leaf=50, random_state=0, n_jobs=1)
        p.append(forest.fit(rows[KNOWN], rows["bought"]).predict_proba(users[KNOWN])[:, 1])
    return np.column_stack(p)


def _served(face, score, cost, budget):
    """The best scores first, each at its cost, until the budget is used up."""
    order = np.argsort(-score, kind="stable")
    fits = np.cumsum(cost[order]) <= budget
    plan = np.zeros(len(score), dtype=int)
    plan[order[fits]] = np.asarray(face)[order[fits]]
    return plan


def same_face_for_everybody(trial, users, budget):
    """In your plan everybody gets the same coupon, in the order of the rows: the one that brought
    most per USD in the trial. Most of the money goes to users who buy anyway. Who is moved by a
    coupon, and by which, is in the trial as well.
    """
    value = trial["order_value"] * trial["bought"]
    sales = value.groupby(trial["face"]).mean()
    rate = trial.groupby("face")["bought"].mean()
    returns = {face: (sales[face] - sales[0]) / (face * rate[face]) for face in VALUES[1:]}
    best = max(returns, key=lambda face: returns[face])
    cost = np.full(len(users), best * rate[best])
    return _served(np.full(len(users), VALUES.index(best)), np.zeros(len(users)), cost, budget)


def likeliest_buyers(trial, users, budget):
    """Your coupons go to those who are most likely to buy. Most of them would have bought without
    one: what counts is what a coupon changes.
    """
    p = _joint_model(trial, users)
    return _served(np.full(len(users), 2), p[:, 2], 10 * p[:, 2], budget)


def highest_chance_each(trial, users, budget):
    """In your plan everybody is considered for the face value with the highest chance to buy, and
    that is the largest one. Neither what it changes nor what it costs plays a part.
    """
    p = _joint_model(trial, users)
    face = p.argmax(axis=1)
    score = p.max(axis=1)
    return _served(face, score, np.array(VALUES)[face] * score, budget)


def largest_uplift(trial, users, budget):
    """In your plan the largest coupon goes to those whose chance to buy it raises most. A smaller
    one often does nearly as much and costs less than half; and an order of 100 USD is worth more
    than one of 10.
    """
    p = _separate_forests(trial, users)
    return _served(np.full(len(users), 3), p[:, 3] - p[:, 0], 20 * p[:, 3], budget)


def one_offer_never_upgraded(trial, users, budget):
    """In your plan each user is considered only for the face value with her best gain per cost, and
    no user is upgraded. Where a larger coupon would bring more for a little more money, it is not
    tried.
    """
    p = _joint_model(trial, users)
    gain, cost = reference.gain_and_cost(p, users["order_value"], VALUES)
    rows = np.arange(len(users))
    face = 1 + (gain[:, 1:] / cost[:, 1:]).argmax(axis=1)
    return _served(face, gain[rows, face] / cost[rows, face], cost[rows, face], budget)


def face_value_as_cost(trial, users, budget):
    """A coupon was planned at its face value. Most coupons are not redeemed, so most of the budget
    is not spent.
    """
    p = _joint_model(trial, users)
    gain, _ = reference.gain_and_cost(p, users["order_value"], VALUES)
    cost = np.tile(np.array(VALUES, dtype=float), (len(users), 1))
    return np.array(reference.allocate_budget(gain, cost, budget))


def face_values_returned(trial, users, budget):
    """A plan holds the index of a face value (0, 1, 2 or 3), not the face value in USD."""
    return np.array(VALUES)[reference.allocate_coupons(trial, users, budget)]
