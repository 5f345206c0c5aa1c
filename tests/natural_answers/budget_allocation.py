"""Natural answers, right and wrong, written from the statements of notebook 11 alone."""

import heapq
import itertools
import math
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import optimize
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
import random
from functools import partial
from scipy.optimize import brentq

UNSURE = {}

# ---------------------------------------------------------------- helpers


def _gain_cost(p, v, faces):
    p = np.asarray(p, float)
    return (p - p[:, :1]) * np.asarray(v, float)[:, None], p * np.asarray(faces, float)


def _steps(gain, cost):
    now, out = 0, []
    while True:
        best, to = 0.0, None
        for j in range(now + 1, len(gain)):
            g, c = gain[j] - gain[now], cost[j] - cost[now]
            if g > 0 and (to is None or g / c >= best * (1 - 1e-12)):
                best, to = max(best, g / c), j
        if to is None:
            return out
        out.append((to, float(cost[to] - cost[now]), float(gain[to] - gain[now])))
        now = to


def _all_steps(gain, cost):
    return [
        (g / c, u, j, c, g)
        for u in range(len(gain))
        for j, c, g in _steps(list(gain[u]), list(cost[u]))
    ]


def _allocate(gain, cost, budget):
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, c, _ in sorted(_all_steps(gain, cost), key=lambda s: (-s[0], s[1])):
        if spent + c > budget + 1e-9:
            break
        spent += c
        plan[u] = j
    return plan


def _spend(gain, cost, lam):
    face = (gain - lam * cost).argmax(axis=1)
    return cost[np.arange(len(cost)), face].sum()


def _price(gain, cost, budget):
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    while _spend(gain, cost, high) > budget + 1e-9:
        low, high = high, 2 * high
    for _ in range(70):
        mid = (low + high) / 2
        if _spend(gain, cost, mid) <= budget + 1e-9:
            high = mid
        else:
            low = mid
    return float(high)


def _bound(gain, cost, budget, price):
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    return float((gain - price * cost).max(axis=1).sum() + price * budget)


# ---------------------------------------------------------------- 11.1 break_budget


def _break_inputs():
    return {
        "highest_conversion": ([[0.8, 0.85, 0.9], [0.0, 0.3, 0.35]], [20, 20], 1.5),
        "largest_gain_first": (
            [[0.5, 0.5, 0.9], [0.0, 0.4, 0.4], [0.0, 0.4, 0.4]],
            [50, 40, 40],
            9.0,
        ),
        "cost_is_face": ([[0.0, 0.2, 0.2], [0.0, 0.2, 0.2]], [20, 20], 2.0),
        "cost_of_new_buyers": ([[0.5, 0.6, 0.6], [0.0, 0.1, 0.1]], [30, 20], 2.9),
        "never_upgraded": ([[0.0, 0.4, 0.6], [0.5, 0.5, 0.5]], [20, 20], 6.0),
        "steps_between_neighbours": ([[0.25, 0.3, 0.6], [0.0, 0.1, 0.1]], [20, 5], 6.0),
    }


def break_budget__right_table(defect):
    p, v, b = _break_inputs()[defect]
    return p, v, b


def break_budget__right_if_chain(defect):
    if defect == "highest_conversion":
        # she buys anyway; the other one needs the coupon
        return [[0.8, 0.9, 0.9], [0.0, 0.5, 0.5]], [50.0, 50.0], 5.0
    if defect == "largest_gain_first":
        return [[0.5, 0.5, 1.0], [0.0, 0.5, 0.5], [0.0, 0.5, 0.5]], [60.0, 50.0, 50.0], 10.0
    if defect == "cost_is_face":
        return [[0.0, 0.1, 0.1], [0.0, 0.1, 0.1]], [100.0, 100.0], 1.0
    if defect == "cost_of_new_buyers":
        return [[0.8, 0.9, 0.9], [0.0, 0.1, 0.1]], [20.0, 20.0], 0.5
    if defect == "never_upgraded":
        return [[0.0, 0.5, 1.0], [0.0, 0.5, 1.0]], [100.0, 100.0], 200.0
    return [[0.3, 0.3, 0.8], [0.3, 0.3, 0.8]], [50.0, 50.0], 16.0


def _total(plan, p, v):
    g, c = _gain_cost(p, v, [0, 5, 10])
    rows = np.arange(len(plan))
    return float(g[rows, plan].sum()), float(c[rows, plan].sum())


def _right_plan(g, c, true_c, budget, step=_steps):
    todo = sorted(
        ((gg / cc, u, j, cc) for u in range(len(g)) for j, cc, gg in step(list(g[u]), list(c[u]))),
        key=lambda s: (-s[0], s[1]),
    )
    plan, left, stuck = [0] * len(g), budget + 1e-9, set()
    for _, u, j, cc in todo:
        if u in stuck:
            continue
        if cc > left:
            stuck.add(u)
        else:
            plan[u] = j
            left -= cc
    return plan


def break_budget__right_ample_budget_where_it_can(defect):
    """For the upgrade defects there is money for everything; the others are tight."""
    p, v, b = _break_inputs()[defect]
    if defect == "never_upgraded":
        return [[0.1, 0.4, 0.5], [0.1, 0.4, 0.5]], [40.0, 40.0], 200.0
    if defect == "steps_between_neighbours":
        return [[0.2, 0.2, 0.7], [0.2, 0.2, 0.7], [0.1, 0.1, 0.1]], [40.0, 40.0, 40.0], 200.0
    return p, v, b


def break_budget__wrong_enough_money_for_all(defect):
    """Gives every defect users who gain most and convert most at 10 USD and a budget that pays for
    everything: no queue order matters, so only never_upgraded is shown; refused for the others."""
    return [[0.1, 0.4, 0.6], [0.1, 0.3, 0.5]], [50.0, 50.0], 200.0


def break_budget__wrong_nobody_buys_anyway(defect):
    """For cost_of_new_buyers nobody buys without a coupon (p without is 0), so new buyers are all
    buyers and the flawed cost is the true cost."""
    if defect == "cost_of_new_buyers":
        return [[0.0, 0.2, 0.2], [0.0, 0.4, 0.4]], [20.0, 30.0], 2.0
    return _break_inputs()[defect]


def break_budget__wrong_everybody_redeems(defect):
    """For cost_is_face every coupon is redeemed for sure (p = 1 with it), so the face value is
    the true cost and the plans agree."""
    if defect == "cost_is_face":
        return [[0.0, 1.0, 1.0], [0.5, 1.0, 1.0]], [40.0, 40.0], 5.0
    return _break_inputs()[defect]


def break_budget__wrong_first_step_is_the_best_and_last(defect):
    """For never_upgraded the second coupon adds no gain at all, so nobody would be upgraded."""
    if defect == "never_upgraded":
        return [[0.1, 0.5, 0.5], [0.0, 0.3, 0.3]], [30.0, 30.0], 50.0
    return _break_inputs()[defect]


def break_budget__wrong_diminishing_curves(defect):
    """For steps_between_neighbours the first 5 USD have the better ratio for every user, so no face
    value is skipped and steps between neighbours are the efficient steps."""
    if defect == "steps_between_neighbours":
        return [[0.0, 0.4, 0.6], [0.0, 0.3, 0.4]], [30.0, 30.0], 6.0
    return _break_inputs()[defect]


def break_budget__wrong_zero_budget(defect):
    """For largest_gain_first the budget is 0: neither plan can hand out anything, so both are
    equal."""
    if defect == "largest_gain_first":
        return [[0.5, 0.5, 0.9], [0.0, 0.4, 0.4]], [50.0, 40.0], 0.0
    return _break_inputs()[defect]


def break_budget__wrong_right_plan_not_optimal(defect):
    """For cost_of_new_buyers the budget of exactly 3 USD lets one regular (gain 3 for 3) beat the
    step with the best ratio (gain 2 for 0.5): the right plan is not the best one, so the input is
    refused."""
    if defect == "cost_of_new_buyers":
        return [[0.5, 0.6, 0.6], [0.0, 0.1, 0.1]], [30.0, 20.0], 3.0
    return _break_inputs()[defect]


def break_budget__wrong_falling_chances(defect):
    """For steps_between_neighbours the chance falls from no coupon to 5 USD, which the statement
    forbids."""
    if defect == "steps_between_neighbours":
        return [[0.3, 0.2, 0.8], [0.1, 0.1, 0.1]], [50.0, 50.0], 16.0
    return _break_inputs()[defect]


def break_budget__wrong_single_user(defect):
    """For never_upgraded there is one user only; at least two are asked for."""
    if defect == "never_upgraded":
        return [[0.0, 0.4, 0.6]], [20.0], 6.0
    return _break_inputs()[defect]


def break_budget__wrong_order_values_too_large(defect):
    """For highest_conversion one order is worth 500 USD; the statement allows 1 to 100."""
    if defect == "highest_conversion":
        return [[0.8, 0.9, 0.9], [0.0, 0.5, 0.5]], [10.0, 500.0], 5.0
    return _break_inputs()[defect]


def break_budget__wrong_likely_buyer_also_gains_most(defect):
    """For highest_conversion the user with the highest chance is also the one with the best gain
    per USD, at 10 USD, and the budget pays for her alone: both plans serve her."""
    if defect == "highest_conversion":
        return [[0.0, 0.2, 0.9], [0.5, 0.5, 0.5]], [100.0, 10.0], 9.0
    return _break_inputs()[defect]


# ---------------------------------------------------------------- 11.2 gain_and_cost


def gain_and_cost__right_broadcast(p, order_value, faces):
    p = np.asarray(p, dtype=float)
    v = np.asarray(order_value, dtype=float)
    return (p - p[:, [0]]) * v[:, np.newaxis], p * np.asarray(faces, dtype=float)


def gain_and_cost__right_loops(p, order_value, faces):
    gain, cost = [], []
    for row, worth in zip(np.asarray(p, float), np.asarray(order_value, float)):
        gain.append([worth * (chance - row[0]) for chance in row])
        cost.append([face * chance for face, chance in zip(faces, row)])
    return np.array(gain), np.array(cost)


def gain_and_cost__right_pandas(p, order_value, faces):
    table = pd.DataFrame(np.asarray(p, dtype=float))
    gain = table.sub(table[0], axis=0).mul(np.asarray(order_value, dtype=float), axis=0)
    cost = table.mul(np.asarray(faces, dtype=float), axis=1)
    return gain.to_numpy(), cost.to_numpy()


def gain_and_cost__right_diag(p, order_value, faces):
    p = np.array(p, dtype=float)
    uplift = (p.T - p[:, 0]).T
    gain = np.einsum("u,uf->uf", np.array(order_value, dtype=float), uplift)
    return gain, p @ np.diag(np.array(faces, dtype=float))


def gain_and_cost__wrong_cost_of_new_buyers(p, order_value, faces):
    """Charges only those who buy because of the coupon: too cheap whenever p without a coupon is
    above 0."""
    p = np.asarray(p, float)
    uplift = p - p[:, :1]
    return uplift * np.asarray(order_value, float)[:, None], uplift * np.asarray(faces, float)


def gain_and_cost__wrong_total_sales(p, order_value, faces):
    """Gain is all expected sales, not the extra ones: wrong whenever p without a coupon is above 0,
    and column 0 is not 0 there."""
    p = np.asarray(p, float)
    return p * np.asarray(order_value, float)[:, None], p * np.asarray(faces, float)


def gain_and_cost__wrong_face_as_cost(p, order_value, faces):
    """The cost is the face value, as if everybody redeemed the coupon: too dear where p < 1."""
    p = np.asarray(p, float)
    gain = (p - p[:, :1]) * np.asarray(order_value, float)[:, None]
    return gain, np.tile(np.asarray(faces, float), (len(p), 1))


def gain_and_cost__wrong_first_row(p, order_value, faces):
    """Subtracts the first row (user 0) instead of the first column (no coupon): wrong for any
    p in general, and user 0 gains nothing."""
    p = np.asarray(p, float)
    return (p - p[0]) * np.asarray(order_value, float)[:, None], p * np.asarray(faces, float)


def gain_and_cost__wrong_clipped(p, order_value, faces):
    """A negative gain is cut at 0: wrong where a coupon puts a user off."""
    p = np.asarray(p, float)
    gain = (p - p[:, :1]) * np.asarray(order_value, float)[:, None]
    return np.maximum(gain, 0), p * np.asarray(faces, float)


def gain_and_cost__wrong_net_of_discount(p, order_value, faces):
    """Subtracts the redeemed coupon from the gain, although gain is sales and the cost is reported
    apart: wrong wherever a coupon costs anything."""
    p, faces = np.asarray(p, float), np.asarray(faces, float)
    cost = p * faces
    return (p - p[:, :1]) * np.asarray(order_value, float)[:, None] - cost, cost


def gain_and_cost__wrong_value_along_faces(p, order_value, faces):
    """Multiplies each column instead of each row by the order value: right for one user, an error
    when the numbers of users and of faces differ, silently wrong when they are equal."""
    p = np.asarray(p, float)
    return (p - p[:, :1]) * np.asarray(order_value, float), p * np.asarray(faces, float)


def gain_and_cost__wrong_against_previous_face(p, order_value, faces):
    """Compares each face value with the next smaller one instead of with no coupon: wrong from
    the third column on."""
    p = np.asarray(p, float)
    step = np.diff(p, axis=1, prepend=p[:, :1])
    return step * np.asarray(order_value, float)[:, None], p * np.asarray(faces, float)


def gain_and_cost__wrong_swapped(p, order_value, faces):
    """Returns (cost, gain) instead of (gain, cost)."""
    p = np.asarray(p, float)
    gain = (p - p[:, :1]) * np.asarray(order_value, float)[:, None]
    return p * np.asarray(faces, float), gain


def gain_and_cost__wrong_without_column_0(p, order_value, faces):
    """Leaves out the column "no coupon": one column too few."""
    p = np.asarray(p, float)
    gain = (p[:, 1:] - p[:, :1]) * np.asarray(order_value, float)[:, None]
    return gain, p[:, 1:] * np.asarray(faces, float)[1:]


def gain_and_cost__wrong_in_place(p, order_value, faces):
    """Subtracts column 0 in place: the numbers returned are right, but the caller's p is changed when it is
    a float array."""
    p = np.asarray(p, float)
    cost = p * np.asarray(faces, float)
    p -= p[:, :1].copy()
    return p * np.asarray(order_value, float)[:, None], cost


def gain_and_cost__wrong_course_faces(p, order_value, faces):
    """Uses 0, 5, 10, 20 whatever faces says: a wrong cost for any other face values, an error for more
    than four."""
    p = np.asarray(p, float)
    gain = (p - p[:, :1]) * np.asarray(order_value, float)[:, None]
    return gain, p * np.array([0, 5, 10, 20])[: p.shape[1]]


def gain_and_cost__wrong_face_of_uplift_in_percent(p, order_value, faces):
    """Takes the relative instead of the absolute rise of the chance: wrong for every coupon that
    changes the chance, and NaN or infinite where p without a coupon is 0."""
    p = np.asarray(p, float)
    with np.errstate(all="ignore"):
        gain = (p / p[:, :1] - 1) * np.asarray(order_value, float)[:, None]
    return gain, p * np.asarray(faces, float)


# ---------------------------------------------------------------- 11.3 monotone_response


def monotone_response__right_pools(rate, n):
    pools = []
    for r, k in zip(rate, n):
        pools.append([float(r), float(k), 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            m, k2, c = pools.pop()
            a = pools[-1]
            a[0] = (a[0] * a[1] + m * k2) / (a[1] + k2)
            a[1] += k2
            a[2] += c
    return np.array([m for m, _, c in pools for _ in range(c)], dtype=float)


def monotone_response__right_sklearn(rate, n):
    rate, n = np.asarray(rate, float), np.asarray(n, float)
    if rate.size == 0:
        return rate.copy()
    return IsotonicRegression().fit_transform(np.arange(len(rate)), rate, sample_weight=n)


def monotone_response__right_scipy(rate, n):
    rate = np.array(rate, float)
    if not len(rate):
        return np.empty(0)
    return optimize.isotonic_regression(rate, weights=np.array(n, float)).x


def monotone_response__right_minimax(rate, n):
    """curve_i = max over starts a <= i of min over ends b >= i of the weighted mean of a..b."""
    rate, n = list(map(float, rate)), list(map(float, n))

    def mean(a, b):
        return sum(r * w for r, w in zip(rate[a : b + 1], n[a : b + 1])) / sum(n[a : b + 1])

    size = len(rate)
    return np.array(
        [max(min(mean(a, b) for b in range(i, size)) for a in range(i + 1)) for i in range(size)],
        dtype=float,
    )


def monotone_response__wrong_unweighted(rate, n):
    """Ignores n: pools are plain means. Wrong when pooled rates have different n."""
    rate = np.asarray(rate, float)
    if not len(rate):
        return rate
    return IsotonicRegression().fit_transform(np.arange(len(rate)), rate)


def monotone_response__wrong_running_maximum(rate, n):
    """Lifts a low rate to the largest so far: it never falls, but is not the nearest curve when
    any rate is below an earlier one."""
    return np.maximum.accumulate(np.asarray(rate, float))


def monotone_response__wrong_running_minimum_from_right(rate, n):
    """Lowers a high rate to the smallest that follows: not the nearest curve when any rate is below
    an earlier one."""
    return np.minimum.accumulate(np.asarray(rate, float)[::-1])[::-1]


def monotone_response__wrong_sorted(rate, n):
    """Sorts the rates: rises, but assigns rates to other face values and pools nothing; wrong as
    soon as two rates are out of order."""
    return np.sort(np.asarray(rate, float))


def monotone_response__wrong_single_pass(rate, n):
    """Merges the new rate with the last pool once (if instead of while), never looking further
    back: the curve may still fall, e.g. for rates 0.3, 0.32, 0.1 of equal n."""
    pools = []
    for r, k in zip(rate, n):
        pools.append([float(r), float(k), 1])
        if len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            m, k2, c = pools.pop()
            a = pools[-1]
            a[0] = (a[0] * a[1] + m * k2) / (a[1] + k2)
            a[1] += k2
            a[2] += c
    return np.array([m for m, _, c in pools for _ in range(c)], dtype=float)


def monotone_response__wrong_weight_not_added(rate, n):
    """A pool keeps the weight of its first rate: wrong when a pool takes up a third rate."""
    pools = []
    for r, k in zip(rate, n):
        pools.append([float(r), float(k), 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            m, k2, c = pools.pop()
            a = pools[-1]
            a[0] = (a[0] * a[1] + m * k2) / (a[1] + k2)
            a[2] += c
    return np.array([m for m, _, c in pools for _ in range(c)], dtype=float)


def monotone_response__wrong_mean_of_means(rate, n):
    """Pools are merged as the plain mean of the two pool means: wrong for unequal n, and for
    three or more pooled rates even with equal n."""
    pools = []
    for r in rate:
        pools.append([float(r), 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            m, c = pools.pop()
            pools[-1][0] = (pools[-1][0] + m) / 2
            pools[-1][1] += c
    return np.array([m for m, c in pools for _ in range(c)], dtype=float)


def monotone_response__wrong_one_sweep_over_pairs(rate, n):
    """Sweeps once from left to right and replaces each falling pair by its weighted mean: three or
    more rates that belong in one pool are not averaged together, and the curve may still fall."""
    curve, n = np.array(rate, float), np.asarray(n, float)
    for i in range(len(curve) - 1):
        if curve[i] > curve[i + 1]:
            curve[i : i + 2] = np.average(curve[i : i + 2], weights=n[i : i + 2])
    return curve


def monotone_response__wrong_empty(rate, n):
    """Fails on an empty sequence; right otherwise."""
    return IsotonicRegression().fit_transform(
        np.arange(len(rate)), np.asarray(rate, float), sample_weight=np.asarray(n, float)
    )


def monotone_response__wrong_one_value_per_pool(rate, n):
    """Returns each pool once instead of once per face value: too short as soon as rates are
    pooled."""
    pools = []
    for r, k in zip(rate, n):
        pools.append((float(r), float(k)))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, ka), (b, kb) = pools[-2:]
            pools[-2:] = [((a * ka + b * kb) / (ka + kb), ka + kb)]
    return np.array([m for m, _ in pools])


def monotone_response__wrong_integer_curve(rate, n):
    """The curve takes over the dtype of the input: rates given as whole numbers (0 and 1) are
    pooled to a whole number."""
    curve = np.array(rate)
    if not len(curve):
        return curve.astype(float)
    fitted = IsotonicRegression().fit_transform(
        np.arange(len(curve)), curve.astype(float), sample_weight=np.asarray(n, float)
    )
    curve[:] = fitted
    return curve


def monotone_response__wrong_non_increasing(rate, n):
    """Fits a curve that never rises."""
    rate = np.asarray(rate, float)
    if not len(rate):
        return rate
    iso = IsotonicRegression(increasing=False)
    return iso.fit_transform(np.arange(len(rate)), rate, sample_weight=np.asarray(n, float))


def monotone_response__wrong_direction_auto(rate, n):
    """Lets sklearn choose the direction (increasing="auto"): for rates that mostly fall the curve
    falls too."""
    rate = np.asarray(rate, float)
    if len(rate) < 2:
        return rate
    iso = IsotonicRegression(increasing="auto")
    return iso.fit_transform(np.arange(len(rate)), rate, sample_weight=np.asarray(n, float))


def monotone_response__wrong_weights_squared(rate, n):
    """Weights by n squared, having put n inside the square: wrong when pooled n differ."""
    rate = np.asarray(rate, float)
    if not len(rate):
        return rate
    w = np.asarray(n, float) ** 2
    return IsotonicRegression().fit_transform(np.arange(len(rate)), rate, sample_weight=w)


def monotone_response__wrong_labels_as_positions(rate, n):
    """Reads rate[i] and n[i]: for a pandas Series with face values as its index (as in the notebook)
    that is a label, so an error; right for lists."""
    pools = []
    for i in range(len(rate)):
        pools.append([float(rate[i]), float(n[i]), 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            m, k2, c = pools.pop()
            a = pools[-1]
            a[0] = (a[0] * a[1] + m * k2) / (a[1] + k2)
            a[1] += k2
            a[2] += c
    return np.array([m for m, _, c in pools for _ in range(c)], dtype=float)


# ---------------------------------------------------------------- 11.4 efficient_steps


def efficient_steps__right_greedy(gain, cost):
    now, steps = 0, []
    while now < len(gain) - 1:
        ratio = {
            j: (gain[j] - gain[now]) / (cost[j] - cost[now]) for j in range(now + 1, len(gain))
        }
        best = max(ratio.values())
        if best <= 0:
            break
        to = max(j for j, r in ratio.items() if math.isclose(r, best, rel_tol=1e-12))
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to
    return steps


def efficient_steps__right_numpy(gain, cost):
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    steps, at = [], 0
    while at + 1 < len(gain):
        dg, dc = gain[at + 1 :] - gain[at], cost[at + 1 :] - cost[at]
        r = dg / dc
        if not (dg > 0).any():
            break
        far = np.flatnonzero(r >= r.max() * (1 - 1e-12))[-1]
        steps.append((int(at + 1 + far), float(dc[far]), float(dg[far])))
        at += 1 + far
    return steps


def efficient_steps__right_hull(gain, cost):
    """The upper hull from (0, 0), by a stack, up to its highest point."""
    top = max(range(len(gain)), key=lambda j: (gain[j], -j))
    hull = [0]

    def slope(a, b):
        return (gain[b] - gain[a]) / (cost[b] - cost[a])

    for j in range(1, top + 1):
        while len(hull) > 1 and slope(hull[-1], j) >= slope(hull[-2], hull[-1]) * (1 - 1e-12):
            hull.pop()
        if gain[j] > gain[hull[-1]] or j == top:
            hull.append(j)
    # a lower first point can stay on the stack only if the curve rises from it
    return [
        (b, float(cost[b] - cost[a]), float(gain[b] - gain[a])) for a, b in itertools.pairwise(hull)
    ]


def efficient_steps__right_recursive(gain, cost):
    def go(now):
        better = [j for j in range(now + 1, len(gain)) if gain[j] > gain[now]]
        if not better:
            return []
        ratios = [(gain[j] - gain[now]) / (cost[j] - cost[now]) for j in better]
        best = max(ratios)
        to = [j for j, r in zip(better, ratios) if best - r <= 1e-12 * best][-1]
        return [(to, cost[to] - cost[now], gain[to] - gain[now]), *go(to)]

    return go(0)


def efficient_steps__wrong_nearest_of_equal(gain, cost):
    """Of equal ratios takes the nearest step (first maximum): two steps where one is asked for,
    when points lie on one line."""
    now, steps = 0, []
    while now + 1 < len(gain):
        r = [(gain[j] - gain[now]) / (cost[j] - cost[now]) for j in range(now + 1, len(gain))]
        k = int(np.argmax(r))
        if r[k] <= 0:
            break
        to = now + 1 + k
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to
    return steps


def efficient_steps__wrong_exact_ties(gain, cost):
    """Compares ratios exactly: ratios that are equal but for rounding (0.1 / 0.1 and 0.3 / 0.3 after
    subtractions) are not seen as equal, so a tie may give two steps; right when ties are exact."""
    now, steps = 0, []
    while now + 1 < len(gain):
        r = {j: (gain[j] - gain[now]) / (cost[j] - cost[now]) for j in range(now + 1, len(gain))}
        to = max(r, key=lambda j: (r[j], j))
        if r[to] <= 0:
            break
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to
    return steps


def efficient_steps__wrong_total_ratio(gain, cost):
    """Ranks later face values by total gain per total cost instead of extra per extra: with four or
    more faces the second step can be chosen wrongly."""
    now, steps = 0, []
    while True:
        better = [j for j in range(now + 1, len(gain)) if gain[j] > gain[now]]
        if not better:
            return steps
        to = max(better, key=lambda j: (gain[j] / cost[j], j))
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to


def efficient_steps__wrong_neighbours_only(gain, cost):
    """Goes from face value to face value and never skips one: wrong when a small coupon does
    little and the next does much."""
    steps, now = [], 0
    for j in range(1, len(gain)):
        if gain[j] > gain[now]:
            steps.append((j, cost[j] - cost[now], gain[j] - gain[now]))
            now = j
    return steps


def efficient_steps__wrong_totals_returned(gain, cost):
    """Returns the total cost and gain of each face value instead of the extra ones: wrong from the
    second step on."""
    return [(j, float(cost[j]), float(gain[j])) for j, _, _ in _steps(gain, cost)]


def efficient_steps__wrong_goes_on_when_gain_falls(gain, cost):
    """Goes on to the last face value even where there is no extra gain: adds steps that lose."""
    now, steps = 0, []
    while now + 1 < len(gain):
        r = [(gain[j] - gain[now]) / (cost[j] - cost[now]) for j in range(now + 1, len(gain))]
        to = now + 1 + max(k for k, x in enumerate(r) if math.isclose(x, max(r), rel_tol=1e-12))
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to
    return steps


def efficient_steps__wrong_zero_gain_step(gain, cost):
    """Stops only when the best extra gain is negative: a step of exactly 0 extra gain is taken, for
    flat ends of the curve."""
    now, steps = 0, []
    while now + 1 < len(gain):
        r = [(gain[j] - gain[now]) / (cost[j] - cost[now]) for j in range(now + 1, len(gain))]
        if max(r) < 0:
            break
        to = now + 1 + max(k for k, x in enumerate(r) if x >= max(r) * (1 - 1e-12))
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to
    return steps


def efficient_steps__wrong_stops_at_first_useless_face(gain, cost):
    """Stops as soon as the next face value has no extra gain, although a larger one has: wrong for
    gain 0, 0, 10 (or 0, -1, 10)."""
    now, steps = 0, []
    while now + 1 < len(gain) and gain[now + 1] > gain[now]:
        r = [(gain[j] - gain[now]) / (cost[j] - cost[now]) for j in range(now + 1, len(gain))]
        to = now + 1 + max(k for k, x in enumerate(r) if math.isclose(x, max(r), rel_tol=1e-12))
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to
    return steps


def efficient_steps__wrong_first_step_only(gain, cost):
    """Returns the best step from no coupon and no upgrade after it: too short when a larger face
    value still gains."""
    return _steps(gain, cost)[:1]


def efficient_steps__wrong_relative_index(gain, cost):
    """The index counts from the face value before the step: wrong from the second step on."""
    out, before = [], 0
    for j, c, g in _steps(gain, cost):
        out.append((j - before, c, g))
        before = j
    return out


def efficient_steps__wrong_gain_before_cost(gain, cost):
    """Gives (index, extra gain, extra cost): the two numbers are swapped."""
    return [(j, g, c) for j, c, g in _steps(gain, cost)]


def efficient_steps__wrong_largest_extra_gain(gain, cost):
    """Takes the step with the largest extra gain instead of the largest ratio: jumps to the best
    face value at once."""
    now, steps = 0, []
    while True:
        better = [j for j in range(now + 1, len(gain)) if gain[j] > gain[now]]
        if not better:
            return steps
        to = max(better, key=lambda j: gain[j] - gain[now])
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to


def efficient_steps__wrong_best_ratio_at_least_one(gain, cost):
    """Stops when a step brings less than a dollar per dollar; the statement stops only where there
    is no extra gain."""
    return list(itertools.takewhile(lambda s: s[2] >= s[1], _steps(gain, cost)))


# ---------------------------------------------------------------- 11.5 allocate_budget


def allocate_budget__right_list_sorted(gain, cost, budget):
    steps = []
    for u in range(len(gain)):
        for j, c, g in _steps(list(gain[u]), list(cost[u])):
            steps.append((-g / c, u, j, c))
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, c in sorted(steps):
        if spent + c > budget + 1e-9:
            break
        plan[u], spent = j, spent + c
    return plan


def allocate_budget__right_heap(gain, cost, budget):
    ways = [_steps(list(g), list(c)) for g, c in zip(gain, cost)]
    heap = [(-w[0][2] / w[0][1], u, 0) for u, w in enumerate(ways) if w]
    heapq.heapify(heap)
    plan = [0] * len(ways)
    left = budget + 1e-9
    while heap:
        _, u, k = heapq.heappop(heap)
        j, c, _ = ways[u][k]
        if c > left:
            return plan
        left -= c
        plan[u] = j
        if k + 1 < len(ways[u]):
            heapq.heappush(heap, (-ways[u][k + 1][2] / ways[u][k + 1][1], u, k + 1))
    return plan


def allocate_budget__right_pandas(gain, cost, budget):
    rows = [
        (u, j, c, g / c)
        for u, (gs, cs) in enumerate(zip(np.asarray(gain), np.asarray(cost)))
        for j, c, g in _steps(gs, cs)
    ]
    plan = [0] * len(gain)
    table = pd.DataFrame(rows, columns=["user", "face", "cost", "ratio"])
    table = table.sort_values(["ratio", "user"], ascending=[False, True], kind="stable")
    taken = table[table["cost"].cumsum() <= budget + 1e-9]
    for user, face in taken.groupby("user")["face"].max().items():
        plan[user] = int(face)
    return plan


def allocate_budget__right_numpy(gain, cost, budget):
    """All users at once: one step per round for every user, then one stable sort."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    n, m = gain.shape
    rows, now = np.arange(n), np.zeros(n, int)
    found = []
    for _ in range(m - 1):
        dg = gain - gain[rows, now][:, None]
        dc = cost - cost[rows, now][:, None]
        ok = (np.arange(m) > now[:, None]) & (dg > 0)
        r = np.where(ok, dg, -1.0) / np.where(ok, dc, 1.0)
        best = r.max(axis=1)
        near = ok & (r >= best[:, None] * (1 - 1e-12))
        to = m - 1 - near[:, ::-1].argmax(axis=1)
        who = rows[ok.any(axis=1)]
        found.append(np.c_[best[who], who, to[who], dc[who, to[who]]])
        now = now.copy()
        now[who] = to[who]
    s = np.concatenate(found)
    s = s[np.lexsort((s[:, 2], s[:, 1], -s[:, 0]))]
    s = s[np.cumsum(s[:, 3]) <= budget + 1e-9]
    plan = np.zeros(n, int)
    np.maximum.at(plan, s[:, 1].astype(int), s[:, 2].astype(int))
    return plan.tolist()


def allocate_budget__wrong_skips_and_goes_on(gain, cost, budget):
    """A step that does not fit is skipped and smaller ones after it are taken: another plan whenever
    some later step would still fit."""
    plan, spent, stuck = [0] * len(gain), 0.0, set()
    for _, u, j, c, _ in sorted(_all_steps(gain, cost), key=lambda s: (-s[0], s[1])):
        if u in stuck:
            continue
        if spent + c > budget + 1e-9:
            stuck.add(u)
            continue
        spent += c
        plan[u] = j
    return plan


def allocate_budget__wrong_no_rounding_room(gain, cost, budget):
    """Compares with the budget exactly: three coupons of 0.1 add up to a little more than 0.3 by
    rounding, and the last one is refused."""
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, c, _ in sorted(_all_steps(gain, cost), key=lambda s: (-s[0], s[1])):
        if spent + c > budget:
            break
        spent += c
        plan[u] = j
    return plan


def allocate_budget__wrong_strictly_below_budget(gain, cost, budget):
    """A step must leave something of the budget: a step that uses up exactly the rest is refused."""
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, c, _ in sorted(_all_steps(gain, cost), key=lambda s: (-s[0], s[1])):
        if spent + c >= budget - 1e-9:
            break
        spent += c
        plan[u] = j
    return plan


def allocate_budget__wrong_takes_the_step_that_breaks_the_budget(gain, cost, budget):
    """Checks the money before the step and not after it: the last step may exceed the budget."""
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, c, _ in sorted(_all_steps(gain, cost), key=lambda s: (-s[0], s[1])):
        if spent >= budget:
            break
        spent += c
        plan[u] = j
    return plan


def allocate_budget__wrong_upgrade_paid_in_full(gain, cost, budget):
    """An upgrade is charged its whole cost, on top of what the first coupon was charged: stops too
    early when someone is upgraded."""
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, _, _ in sorted(_all_steps(gain, cost), key=lambda s: (-s[0], s[1])):
        if spent + cost[u][j] > budget + 1e-9:
            break
        spent += cost[u][j]
        plan[u] = j
    return plan


def allocate_budget__wrong_higher_user_first(gain, cost, budget):
    """Reverses an ascending sort, so of equal ratios the higher user comes first: wrong when equal
    users compete for the last money."""
    steps = sorted(_all_steps(gain, cost), key=lambda s: (s[0], s[1]))[::-1]
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, c, _ in steps:
        if spent + c > budget + 1e-9:
            break
        spent += c
        plan[u] = j
    return plan


def allocate_budget__wrong_cheapest_of_equal_ratios(gain, cost, budget):
    """Of equal ratios takes the cheaper step first instead of the lower user: wrong when a higher
    user has the cheaper step of the same ratio and money is short."""
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, c, _ in sorted(_all_steps(gain, cost), key=lambda s: (-s[0], s[3], s[1])):
        if spent + c > budget + 1e-9:
            break
        spent += c
        plan[u] = j
    return plan


def allocate_budget__wrong_never_upgraded(gain, cost, budget):
    """Gives each user her best-ratio face value and nothing larger after it: leaves money over
    when upgrades still gain."""
    steps = []
    for u in range(len(gain)):
        first = _steps(list(gain[u]), list(cost[u]))[:1]
        steps += [(-g / c, u, j, c) for j, c, g in first]
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, c in sorted(steps):
        if spent + c > budget + 1e-9:
            break
        plan[u], spent = j, spent + c
    return plan


def allocate_budget__wrong_neighbour_steps(gain, cost, budget):
    """Steps lead to the next face value only: a user whose small coupon does little is served too
    late or not at all."""
    steps = []
    for u, (g, c) in enumerate(zip(gain, cost)):
        for j in range(1, len(g)):
            if g[j] <= g[j - 1]:
                break
            steps.append((-(g[j] - g[j - 1]) / (c[j] - c[j - 1]), u, j, c[j] - c[j - 1]))
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, c in sorted(steps):
        if spent + c > budget + 1e-9:
            break
        if j == plan[u] + 1:
            plan[u], spent = j, spent + c
    return plan


def allocate_budget__wrong_total_ratio_of_each_face(gain, cost, budget):
    """Sorts all faces by gain per cost from no coupon and pays the difference for an upgrade: an
    upgrade is placed by its average ratio, too early, and stops at another place."""
    options = sorted(
        (-gain[u][j] / cost[u][j], u, j)
        for u in range(len(gain))
        for j in range(1, len(gain[u]))
        if gain[u][j] > 0
    )
    plan, spent = [0] * len(gain), 0.0
    for _, u, j in options:
        if gain[u][j] <= gain[u][plan[u]] or j <= plan[u]:
            continue
        extra = cost[u][j] - cost[u][plan[u]]
        if spent + extra > budget + 1e-9:
            break
        plan[u], spent = j, spent + extra
    return plan


def allocate_budget__wrong_largest_gain_first(gain, cost, budget):
    """Takes the steps by extra gain instead of extra gain per cost: dear steps come too early, and an
    upgrade can come before the step it builds on."""
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, c, _ in sorted(_all_steps(gain, cost), key=lambda s: (-s[4], s[1])):
        if spent + c > budget + 1e-9:
            break
        spent += c
        plan[u] = max(plan[u], j)
    return plan


def allocate_budget__wrong_returns_costs(gain, cost, budget):
    """Returns what each user's coupon costs instead of the index of its face value."""
    return [float(cost[u][j]) for u, j in enumerate(_allocate(gain, cost, budget))]


def allocate_budget__wrong_counts_steps(gain, cost, budget):
    """Adds 1 for each step instead of taking over the step's index: wrong for users who skip a face
    value."""
    plan, spent = [0] * len(gain), 0.0
    for _, u, _, c, _ in sorted(_all_steps(gain, cost), key=lambda s: (-s[0], s[1])):
        if spent + c > budget + 1e-9:
            break
        spent += c
        plan[u] += 1
    return plan


def allocate_budget__wrong_by_price_only(gain, cost, budget):
    """Lets everybody choose at the price of the budget: of equal users all or none are served, so
    equal ratios at the margin leave money over."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    return (gain - _price(gain, cost, budget) * cost).argmax(axis=1).tolist()


def allocate_budget__wrong_first_coupons_before_upgrades(gain, cost, budget):
    """Serves every user's first step before any upgrade: wrong when an upgrade has the better ratio
    and the money does not reach both."""
    steps = []
    for u in range(len(gain)):
        for k, (j, c, g) in enumerate(_steps(list(gain[u]), list(cost[u]))):
            steps.append((k, -g / c, u, j, c))
    plan, spent = [0] * len(gain), 0.0
    for _, _, u, j, c in sorted(steps):
        if spent + c > budget + 1e-9:
            break
        plan[u], spent = j, spent + c
    return plan


# ---------------------------------------------------------------- 11.6 price_of_budget


def price_of_budget__right_bisection(gain, cost, budget):
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)

    def spend(lam):
        return np.take_along_axis(cost, (gain - lam * cost).argmax(axis=1)[:, None], 1).sum()

    if spend(0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    while spend(high) > budget + 1e-9:
        high *= 2
    while high - low > 1e-7 * max(1.0, high):
        mid = (low + high) / 2
        low, high = (low, mid) if spend(mid) <= budget + 1e-9 else (mid, high)
    return high


def price_of_budget__right_breakpoints(gain, cost, budget):
    """The ratios of the efficient steps are the only prices where anything changes: find the first
    that is enough, and go a hair above it."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    ratios = sorted({s[0] for s in _all_steps(gain, cost)})
    low, high = 0, len(ratios) - 1
    while low < high:
        mid = (low + high) // 2
        if _spend(gain, cost, ratios[mid] * (1 + 1e-8)) <= budget + 1e-9:
            high = mid
        else:
            low = mid + 1
    return ratios[low] * (1 + 1e-8)


def price_of_budget__right_pure_python(gain, cost, budget):
    pairs = [list(zip(map(float, g), map(float, c))) for g, c in zip(gain, cost)]

    def spend(lam):
        total = 0.0
        for user in pairs:
            # the largest net gain, of equal ones the cheapest
            total += min(user, key=lambda gc: (-(gc[0] - lam * gc[1]), gc[1]))[1]
        return total

    if spend(0) <= budget + 1e-9:
        return 0.0
    high = 1 + max(g / c for user in pairs for g, c in user[1:])
    low = 0.0
    for _ in range(60):
        mid = 0.5 * (low + high)
        if spend(mid) > budget + 1e-9:
            low = mid
        else:
            high = mid
    return high


def price_of_budget__wrong_returns_middle(gain, cost, budget):
    """Returns the middle of the last interval: it may lie below the step, where the users spend more
    than the budget at the returned price."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend(gain, cost, 0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0 + (gain[:, 1:] / cost[:, 1:]).max()
    for _ in range(30):
        mid = (low + high) / 2
        if _spend(gain, cost, mid) > budget + 1e-9:
            low = mid
        else:
            high = mid
    return (low + high) / 2


def price_of_budget__wrong_returns_low(gain, cost, budget):
    """Returns the lower end of the interval, where the users spend too much, whenever money is
    short."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend(gain, cost, 0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0 + (gain[:, 1:] / cost[:, 1:]).max()
    for _ in range(60):
        mid = (low + high) / 2
        if _spend(gain, cost, mid) > budget + 1e-9:
            low = mid
        else:
            high = mid
    return low


def price_of_budget__wrong_upper_limit_ten(gain, cost, budget):
    """Searches from 0 to 10 only: returns about 10, where too much is spent, when the price has to be
    higher (large orders, small budget)."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend(gain, cost, 0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 10.0
    for _ in range(60):
        mid = (low + high) / 2
        if _spend(gain, cost, mid) > budget + 1e-9:
            low = mid
        else:
            high = mid
    return high


def price_of_budget__wrong_between_0_and_1(gain, cost, budget):
    """Believes that λ lies between 0 and 1: wrong for every price above 1."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend(gain, cost, 0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        mid = (low + high) / 2
        if _spend(gain, cost, mid) > budget + 1e-9:
            low = mid
        else:
            high = mid
    return high


def price_of_budget__wrong_ratio_of_last_step_taken(gain, cost, budget):
    """Returns the ratio of the last step that was paid for; that is the largest price of this plan,
    not the smallest (1.67 instead of 0.8 in the example)."""
    steps = sorted(_all_steps(gain, cost), key=lambda s: (-s[0], s[1]))
    spent, last = 0.0, 0.0
    for r, _, _, c, _ in steps:
        if spent + c > budget + 1e-9:
            return last
        spent, last = spent + c, r
    return 0.0


def price_of_budget__wrong_gain_spent(gain, cost, budget):
    """Compares the users' gain instead of their cost with the budget."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)

    def total(lam):
        face = (gain - lam * cost).argmax(axis=1)
        return gain[np.arange(len(gain)), face].sum()

    if total(0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0 + (gain[:, 1:] / cost[:, 1:]).max()
    for _ in range(60):
        mid = (low + high) / 2
        low, high = (mid, high) if total(mid) > budget + 1e-9 else (low, mid)
    return high


def price_of_budget__wrong_average_ratio_choice(gain, cost, budget):
    """Each user takes her best gain per cost if it is above λ, instead of the largest gain - λ cost:
    upgrades never count, so the price is wrong when upgrades are paid for."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    ratio = gain[:, 1:] / cost[:, 1:]
    best, face = ratio.max(axis=1), 1 + ratio.argmax(axis=1)
    each = cost[np.arange(len(cost)), face]

    def spend(lam):
        return each[best > lam].sum()

    if spend(0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0 + best.max()
    for _ in range(60):
        mid = (low + high) / 2
        low, high = (mid, high) if spend(mid) > budget + 1e-9 else (low, mid)
    return high


def price_of_budget__wrong_no_rounding_room(gain, cost, budget):
    """Compares with the budget exactly: three coupons of 0.1 do not fit into 0.3, so the price is that
    of a smaller budget."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)

    def spend(lam):
        return sum(c[(g - lam * c).argmax()] for g, c in zip(gain, cost))

    if spend(0) <= budget:
        return 0.0
    low, high = 0.0, 1.0 + (gain[:, 1:] / cost[:, 1:]).max()
    for _ in range(60):
        mid = (low + high) / 2
        low, high = (mid, high) if spend(mid) > budget else (low, mid)
    return high


def price_of_budget__wrong_strictly_below(gain, cost, budget):
    """Wants to spend less than the budget: when a step uses it up exactly, the price is too high."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend(gain, cost, 0) < budget - 1e-9:
        return 0.0
    low, high = 0.0, 1.0 + (gain[:, 1:] / cost[:, 1:]).max()
    for _ in range(60):
        mid = (low + high) / 2
        low, high = (low, mid) if _spend(gain, cost, mid) < budget - 1e-9 else (mid, high)
    return high


def price_of_budget__wrong_grid(gain, cost, budget):
    """Tries prices 0, 0.01, 0.02 and so on: above the smallest price by up to 0.01, far more than
    allowed, unless the price lies on the grid."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    lam = 0.0
    while _spend(gain, cost, lam) > budget + 1e-9:
        lam += 0.01
    return lam


def price_of_budget__wrong_few_halvings(gain, cost, budget):
    """Halves twelve times only: further than 1e-6 from the smallest price."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend(gain, cost, 0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0 + (gain[:, 1:] / cost[:, 1:]).max()
    for _ in range(12):
        mid = (low + high) / 2
        low, high = (mid, high) if _spend(gain, cost, mid) > budget + 1e-9 else (low, mid)
    return high


def price_of_budget__wrong_coupon_for_everybody(gain, cost, budget):
    """Leaves out "no coupon" among the choices: everybody takes some coupon at any price, so a small
    budget is never met (here given up at 1e6), and at λ = 0 harmful coupons are counted."""
    gain, cost = np.asarray(gain, float)[:, 1:], np.asarray(cost, float)[:, 1:]
    if _spend(gain, cost, 0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1e6
    for _ in range(70):
        mid = (low + high) / 2
        low, high = (mid, high) if _spend(gain, cost, mid) > budget + 1e-9 else (low, mid)
    return high


def price_of_budget__wrong_neighbour_ratios(gain, cost, budget):
    """Walks through steps between neighbouring face values by ratio and returns the first that does
    not fit: wrong where a face value lies below the hull."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    r = (np.diff(gain, axis=1) / np.diff(cost, axis=1)).ravel()
    c = np.diff(cost, axis=1).ravel()
    order = np.argsort(-r, kind="stable")
    order = order[r[order] > 0]
    over = np.flatnonzero(np.cumsum(c[order]) > budget + 1e-9)
    return float(r[order[over[0]]] * (1 + 1e-8)) if len(over) else 0.0


def price_of_budget__right_zero_by_bisection(gain, cost, budget):
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    low, high = 0.0, 1.0
    while _spend(gain, cost, high) > budget + 1e-9:
        high *= 2
    for _ in range(60):
        mid = (low + high) / 2
        low, high = (mid, high) if _spend(gain, cost, mid) > budget + 1e-9 else (low, mid)
    return high


UNSURE["price_of_budget__right_zero_by_bisection"] = (
    "Returns about 1e-18 instead of 0 with ample money: within 1e-6 of the smallest price, but "
    "'0 when they do not use up the budget even at λ = 0' and the example's 0.0 ask for exactly 0."
)


def price_of_budget__right_exact_ratio(gain, cost, budget):
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    spent, previous = 0.0, None
    steps = sorted(_all_steps(gain, cost), key=lambda s: (-s[0], s[1]))
    for r, _, _, c, _ in steps:
        spent += c
        if spent > budget + 1e-9:
            return r
    return 0.0


UNSURE["price_of_budget__right_exact_ratio"] = (
    "The exact ratio of the first step that does not fit is the mathematical answer, but by rounding "
    "the user at the margin may still take the step at that very float; the docstring asks that 'at "
    "the returned price itself' the budget holds, so this passes or fails by the input's rounding."
)

# ---------------------------------------------------------------- 11.7 gain_bound


def gain_bound__right_numpy(gain, cost, budget, price):
    net = np.asarray(gain, float) - price * np.asarray(cost, float)
    return net.max(axis=1).sum() + budget * price


def gain_bound__right_generator(gain, cost, budget, price):
    return price * budget + sum(
        max(g - price * c for g, c in zip(gs, cs)) for gs, cs in zip(gain, cost)
    )


def gain_bound__right_pandas(gain, cost, budget, price):
    net = pd.DataFrame(np.asarray(gain)) - price * pd.DataFrame(np.asarray(cost))
    return float(net.max(axis="columns").sum()) + price * budget


def gain_bound__right_fsum(gain, cost, budget, price):
    best = []
    for gs, cs in zip(gain, cost):
        top = 0.0
        for g, c in zip(gs, cs):
            top = max(top, float(g) - price * float(c))
        best.append(top)
    return math.fsum([*best, price * budget])


def gain_bound__wrong_budget_forgotten(gain, cost, budget, price):
    """Leaves out the worth of the budget: too low whenever price and budget are above 0."""
    return float((np.asarray(gain, float) - price * np.asarray(cost, float)).max(axis=1).sum())


def gain_bound__wrong_budget_subtracted(gain, cost, budget, price):
    """Subtracts the worth of the budget instead of giving it back."""
    net = np.asarray(gain, float) - price * np.asarray(cost, float)
    return float(net.max(axis=1).sum() - price * budget)


def gain_bound__wrong_spent_given_back(gain, cost, budget, price):
    """Gives back what the users spend at the price, not the whole budget: that is the gain of their
    choice, no bound, and too low when money is left over at a price above 0."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    face = (gain - price * cost).argmax(axis=1)
    rows = np.arange(len(gain))
    return float((gain - price * cost)[rows, face].sum() + price * cost[rows, face].sum())


def gain_bound__wrong_money_left_over_too(gain, cost, budget, price):
    """Gives back only the money that is left after the users' choice: too low by price x what they
    spend."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    face = (gain - price * cost).argmax(axis=1)
    spent = cost[np.arange(len(cost)), face].sum()
    return float((gain - price * cost).max(axis=1).sum() + price * (budget - spent))


def gain_bound__wrong_axis_0(gain, cost, budget, price):
    """Takes the best user of each face value instead of the best face value of each user."""
    net = np.asarray(gain, float) - price * np.asarray(cost, float)
    return float(net.max(axis=0).sum() + price * budget)


def gain_bound__wrong_one_maximum(gain, cost, budget, price):
    """One maximum over the whole table instead of one for each user: right for one user only."""
    net = np.asarray(gain, float) - price * np.asarray(cost, float)
    return float(net.max() + price * budget)


def gain_bound__wrong_maximum_of_gain(gain, cost, budget, price):
    """Takes the face value with the largest gain and charges for it, instead of the one with the
    largest net gain: too low where a smaller coupon (or none) is better at the price."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    face = gain.argmax(axis=1)
    rows = np.arange(len(gain))
    return float((gain[rows, face] - price * cost[rows, face]).sum() + price * budget)


def gain_bound__wrong_without_no_coupon(gain, cost, budget, price):
    """Leaves out column 0, so users for whom every coupon is worse than none count negative."""
    net = np.asarray(gain, float)[:, 1:] - price * np.asarray(cost, float)[:, 1:]
    return float(net.max(axis=1).sum() + price * budget)


def gain_bound__wrong_unconstrained(gain, cost, budget, price):
    """The sum of the largest gains: a bound, but not the one asked for; right only at price 0."""
    return float(np.asarray(gain, float).max(axis=1).sum())


def gain_bound__wrong_own_price(gain, cost, budget, price):
    """Computes the best price itself and ignores the one it is given: wrong at any other price."""
    return _bound(gain, cost, budget, _price(gain, cost, budget))


def gain_bound__wrong_gain_of_plan(gain, cost, budget, price):
    """Returns the gain of the plan by steps instead of the bound: lower when the last step does not
    fit exactly."""
    return float(sum(gain[u][j] for u, j in enumerate(_allocate(gain, cost, budget))))


def gain_bound__wrong_mean(gain, cost, budget, price):
    """Averages over users instead of adding up."""
    net = np.asarray(gain, float) - price * np.asarray(cost, float)
    return float(net.max(axis=1).mean() + price * budget)


def gain_bound__wrong_budget_not_priced(gain, cost, budget, price):
    """Adds the budget in dollars instead of its worth at the price: wrong unless the price is 1."""
    net = np.asarray(gain, float) - price * np.asarray(cost, float)
    return float(net.max(axis=1).sum() + budget)


def gain_bound__wrong_lists_times_number(gain, cost, budget, price):
    """Assumes arrays: nested lists (as in the example) raise an error."""
    return float((gain - price * cost).max(axis=1).sum() + price * budget)


# ---------------------------------------------------------------- 11.8 kill_allocation


def _curves(rng, n, kind="mixed"):
    """Tables of gain and cost for users of several kinds, with three to five face values."""
    m = 4
    faces = np.array([0, 5, 10, 20.0])
    base = rng.uniform(0.0, 0.4, n)[:, None]
    if kind == "s-shape":
        rise = np.array([0, 0.01, 0.2, 0.3])
    elif kind == "diminishing":
        rise = np.array([0, 0.15, 0.2, 0.22])
    elif kind == "harm":
        rise = np.array([0, -0.05, -0.1, -0.1])
    else:
        rise = np.sort(rng.uniform(-0.02, 0.5, (n, m)), axis=1)
        rise[:, 0] = 0
    p = np.clip(base + rise * rng.uniform(0.3, 1.2, (n, 1)), 0.01, 1)
    p = np.maximum.accumulate(p, axis=1) if kind != "harm" else p
    value = rng.uniform(5, 80, n)
    gain = (p - p[:, :1]) * value[:, None]
    cost = p * faces
    cost = np.maximum.accumulate(cost + 1e-3 * np.arange(m), axis=1)
    return gain.tolist(), cost.tolist()


def _keeps_promise(fn, gain, cost, budget, bound):
    plan = list(fn([list(r) for r in gain], [list(r) for r in cost], budget))
    if len(plan) != len(gain):
        return False
    for j, row in zip(plan, gain):
        if j != int(j) or not 0 <= j < len(row):
            return False
    plan = [int(j) for j in plan]
    spent = sum(c[j] for c, j in zip(cost, plan))
    won = sum(g[j] for g, j in zip(gain, plan))
    largest = max((g for gs, cs in zip(gain, cost) for _, _, g in _steps(gs, cs)), default=0.0)
    return spent <= budget + 1e-6 and won >= bound(gain, cost, budget) - largest - 1e-6


def _bound_by_price(gain, cost, budget):
    return _bound(gain, cost, budget, _price(gain, cost, budget))


def _bound_by_fraction(gain, cost, budget):
    """The steps by ratio, the last one in part: the linear relaxation, equal to the best bound."""
    won, left = 0.0, budget
    for _, _, _, c, g in sorted(_all_steps(gain, cost), key=lambda s: -s[0]):
        part = min(1.0, left / c)
        won, left = won + part * g, left - part * c
        if part < 1:
            break
    return won


def _bound_by_lp(gain, cost, budget):
    g, c = np.asarray(gain, float), np.asarray(cost, float)
    n, m = g.shape
    one_each = np.kron(np.eye(n), np.ones(m))
    got = optimize.linprog(
        -g.ravel(), A_ub=c.reshape(1, -1), b_ub=[budget], A_eq=one_each, b_eq=np.ones(n)
    )
    return -got.fun


def _equal_users(n):
    return [[0.0, 3.0, 4.0]] * n, [[0.0, 1.0, 3.0]] * n


def kill_allocation__right_many_random_tables(fn):
    rng = np.random.default_rng(0)
    for kind in ("mixed", "s-shape", "diminishing", "harm", "mixed"):
        for n in (1, 3, 40, 150):
            gain, cost = _curves(rng, n, kind)
            full = sum(c[int(np.argmax(g))] for g, c in zip(gain, cost))
            for budget in (0.0, 0.03 * full, 0.3 * full, 0.8 * full, 2 * full + 1):
                if not _keeps_promise(fn, gain, cost, budget, _bound_by_price):
                    return False
    return all(
        _keeps_promise(fn, *_equal_users(10), b, _bound_by_price) for b in (0, 0.5, 5, 12, 29, 100)
    )


def kill_allocation__right_hand_written_cases(fn):
    cases = [
        (*_equal_users(60), 31.0),
        (*_equal_users(60), 100.0),
        ([[0, 0.2, 10, 11]] * 40, [[0, 1, 3, 6]] * 40, 61.0),  # small coupon useless
        ([[0, 5, 9, 12]] * 40, [[0, 1, 2.5, 5]] * 40, 120.0),  # upgrades pay
        ([[0, -1, -2], [0, -3, -5]] * 20, [[0, 1, 2], [0, 2, 4]] * 20, 50.0),  # harm
        ([[0, -1, 6], [0, 4, 3]] * 30, [[0, 1, 2], [0, 2, 4]] * 30, 77.0),  # harm inside
        ([[0, u + 1.0] for u in range(50)], [[0, 10.0 + 3 * u] for u in range(50)], 900.0),
        ([[0, 50.0 - u] for u in range(50)], [[0, 90.0 - u] for u in range(50)], 900.0),
        (
            [[0, 1.0 + u % 7, 2.0 + u % 11] for u in range(80)],
            [[0, 0.5 + u % 3, 4.0] for u in range(80)],
            70.0,
        ),
        ([[0, 0.3]] * 70, [[0, 0.1]] * 70, 0.7),
        ([[0, 20.0, 100.0]] * 1, [[0, 2, 20]] * 1, 20.0),
        ([[0, 5.0]], [[0, 2.0]], 0.0),
        (*_equal_users(30), 0.0),
        (*_equal_users(30), 1e6),
    ]
    # everybody has the same ratio order but gains that mislead: large gains cost too much
    cases.append(([[0, 30.0]] * 20 + [[0, 6.0]] * 60, [[0, 20.0]] * 20 + [[0, 1.0]] * 60, 60.0))
    return all(_keeps_promise(fn, g, c, b, _bound_by_fraction) for g, c, b in cases)


class _Tester:
    def __init__(self, seed):
        self.rng = np.random.default_rng(seed)

    def table(self, n):
        parts = [_curves(self.rng, n, k) for k in ("mixed", "s-shape", "diminishing", "harm")]
        gain = [r for g, _ in parts for r in g]
        cost = [r for _, c in parts for r in c]
        order = self.rng.permutation(len(gain))
        return [gain[i] for i in order], [cost[i] for i in order]

    def __call__(self, fn):
        for n in (1, 2, 12, 25):
            gain, cost = self.table(n)
            for share in (0.0, 0.02, 0.1, 0.25, 0.6, 3.0):
                budget = share * sum(c[2] for c in cost)
                if not _keeps_promise(fn, gain, cost, budget, _bound_by_lp):
                    return False
        return _keeps_promise(fn, *_equal_users(50), 77.0, _bound_by_fraction)


def kill_allocation__right_linear_programme(fn):
    return _Tester(3)(fn)


def kill_allocation__wrong_docstring_example_only(fn):
    """Compares with the one example of allocate_budget: three users, so most mistakes pass; and
    another right plan would be refused if the example had one."""
    gain = [[0, 1.5, 3], [0, 4, 6], [0, 1.25, 10]]
    cost = [[0, 2.75, 6], [0, 1.5, 4], [0, 1.25, 6]]
    return list(fn(gain, cost, 7.5)) == [0, 1, 2]


def kill_allocation__wrong_demands_our_plan(fn):
    """Demands exactly the plan that the steps give: a right implementation that serves other equal
    users, or goes on after a step that does not fit, is refused."""
    rng = np.random.default_rng(1)
    for _ in range(10):
        gain, cost = _curves(rng, 30)
        if list(fn(gain, cost, 40.0)) != _allocate(gain, cost, 40.0):
            return False
    gain, cost = _equal_users(10)
    return list(fn(gain, cost, 5.0)) == _allocate(gain, cost, 5.0)


def kill_allocation__wrong_only_the_budget(fn):
    """Checks only that the budget is kept: plans that gain little (even no coupons) pass."""
    rng = np.random.default_rng(2)
    for budget in (0.0, 10.0, 100.0):
        gain, cost = _curves(rng, 50)
        if sum(c[j] for c, j in zip(cost, fn(gain, cost, budget))) > budget + 1e-6:
            return False
    return True


def kill_allocation__wrong_only_the_gain(fn):
    """Checks only the gain: plans that overspend pass."""
    rng = np.random.default_rng(3)
    for budget in (0.0, 10.0, 100.0):
        gain, cost = _curves(rng, 50)
        won = sum(g[j] for g, j in zip(gain, fn(gain, cost, budget)))
        step = max(s[4] for s in _all_steps(gain, cost))
        if won < _bound_by_price(gain, cost, budget) - step - 1e-6:
            return False
    return True


def kill_allocation__wrong_no_allowance_for_one_step(fn):
    """Demands the bound itself: no plan of whole coupons reaches it in general, so right ones are
    refused."""
    rng = np.random.default_rng(4)
    for budget in (10.0, 60.0):
        gain, cost = _curves(rng, 50)
        won = sum(g[j] for g, j in zip(gain, fn(gain, cost, budget)))
        if won < _bound_by_price(gain, cost, budget) - 1e-6:
            return False
    return True


def kill_allocation__wrong_few_users_only(fn):
    """Checks the promise with two users only, where one step is nearly everything: most mistakes
    pass."""
    gain, cost = [[0, 4, 6], [0, 3, 9]], [[0, 1.5, 4], [0, 1, 5]]
    return all(_keeps_promise(fn, gain, cost, b, _bound_by_price) for b in (0, 2, 5, 20))


def kill_allocation__wrong_exact_budget(fn):
    """Allows no rounding: a right plan that fills 0.3 USD with three coupons of 0.1 costs
    0.3 and a bit in floats, and is refused."""
    if not kill_allocation__right_many_random_tables(fn):
        return False
    gain, cost = [[0, 1.0]] * 10, [[0, 0.1]] * 10
    total = 0.0
    for c, j in zip(cost, fn(gain, cost, 0.3)):
        total += c[j]
    return total <= 0.3


def kill_allocation__wrong_demands_full_budget(fn):
    """Demands that 99 % of the budget is spent: right plans leave money over when no coupon gains, when
    the money is ample, or when the next step is large."""
    rng = np.random.default_rng(5)
    for kind in ("mixed", "harm"):
        gain, cost = _curves(rng, 60, kind)
        plan = fn(gain, cost, 500.0)
        spent = sum(c[j] for c, j in zip(cost, plan))
        if not 0.99 * 500 <= spent <= 500 + 1e-6:
            return False
    return True


def kill_allocation__wrong_one_kind_of_user(fn):
    """Many users, but all with diminishing returns and no harm, one budget: planted mistakes about
    useless small coupons, harm and budget 0 pass."""
    gain, cost = _curves(np.random.default_rng(6), 200, "diminishing")
    return _keeps_promise(fn, gain, cost, 60.0, _bound_by_price)


def kill_allocation__wrong_demands_a_list(fn):
    """Also demands a Python list of Python ints: a right implementation that returns an array is
    refused, although the promise is about whole numbers."""
    gain, cost = _equal_users(20)
    plan = fn(gain, cost, 15.0)
    if not isinstance(plan, list) or not all(type(j) is int for j in plan):
        return False
    return kill_allocation__right_many_random_tables(fn)


UNSURE["kill_allocation__wrong_demands_a_list"] = (
    "'ones that return different plans' does not say whether a right implementation may return an array; "
    "'one face value (a whole number, an index of the row) for each user' seems to allow it, while "
    "'as allocate_budget does' seems to ask for a list of int."
)


def kill_allocation__wrong_best_of_few_by_brute_force(fn):
    """Demands the exact best plan for four users: the steps by ratio miss it by a little (one step),
    so right implementations are refused."""
    rng = np.random.default_rng(7)
    for _ in range(30):
        gain, cost = _curves(rng, 4)
        budget = 0.5 * sum(c[2] for c in cost)
        best = max(
            sum(g[j] for g, j in zip(gain, plan))
            for plan in itertools.product(range(4), repeat=4)
            if sum(c[j] for c, j in zip(cost, plan)) <= budget
        )
        if sum(g[j] for g, j in zip(gain, fn(gain, cost, budget))) < best - 1e-6:
            return False
    return True


def kill_allocation__wrong_verdict_missing(fn):
    """Asserts inside and forgets to return True: a right implementation gets None."""
    assert kill_allocation__right_many_random_tables(fn)


def kill_allocation__wrong_allows_a_quarter(fn):
    """Allows the plan to gain a quarter less than the bound instead of one step: with many users
    that lets several mistakes pass."""
    rng = np.random.default_rng(8)
    for _ in range(5):
        gain, cost = _curves(rng, 150)
        plan = fn(gain, cost, 100.0)
        won = sum(g[j] for g, j in zip(gain, plan))
        spent = sum(c[j] for c, j in zip(cost, plan))
        if spent > 100 + 1e-6 or won < 0.75 * _bound_by_price(gain, cost, 100.0):
            return False
    return True


# ---------------------------------------------------------------- 11.9 plan_effect


def plan_effect__right_numpy(arm, outcome, share, plan):
    arm, plan = np.asarray(arm), np.asarray(plan)
    y, s = np.asarray(outcome, float), np.asarray(share, float)
    d = ((arm == plan) / s[plan] - (arm == 0) / s[0]) * y
    half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def plan_effect__right_loop(arm, outcome, share, plan):
    d = []
    for a, y, t in zip(arm, outcome, plan):
        weight = 0.0
        if a == t:
            weight += 1 / share[t]
        if a == 0:
            weight -= 1 / share[0]
        d.append(weight * y)
    mean = sum(d) / len(d)
    var = sum((x - mean) ** 2 for x in d) / (len(d) - 1)
    half = 1.96 * math.sqrt(var / len(d))
    return mean, mean - half, mean + half


def plan_effect__right_pandas(arm, outcome, share, plan):
    log = pd.DataFrame(
        {"arm": np.asarray(arm), "y": np.asarray(outcome, float), "plan": np.asarray(plan)}
    )
    s = pd.Series(np.asarray(share, float))
    planned = (log["arm"] == log["plan"]) * log["y"] / log["plan"].map(s)
    nothing = (log["arm"] == 0) * log["y"] / s[0]
    d = planned - nothing
    return float(d.mean()), float(d.mean() - 1.96 * d.sem()), float(d.mean() + 1.96 * d.sem())


def plan_effect__right_only_rows_with_a_coupon_differ(arm, outcome, share, plan):
    arm, plan = np.asarray(arm), np.asarray(plan)
    y, s = np.asarray(outcome, float), np.asarray(share, float)
    d = np.zeros(len(y))
    got = (plan > 0) & (arm == plan)
    none = (plan > 0) & (arm == 0)
    d[got] = y[got] / s[arm[got]]
    d[none] = -y[none] / s[0]
    se = np.sqrt(np.var(d, ddof=1) / d.size)
    return float(d.mean()), float(d.mean() - 1.96 * se), float(d.mean() + 1.96 * se)


def plan_effect__wrong_ddof_0(arm, outcome, share, plan):
    """Standard deviation with n instead of n - 1: the interval is too narrow, most for few rows."""
    arm, plan = np.asarray(arm), np.asarray(plan)
    y, s = np.asarray(outcome, float), np.asarray(share, float)
    d = ((arm == plan) / s[plan] - (arm == 0) / s[0]) * y
    half = 1.96 * d.std() / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def plan_effect__wrong_no_root_n(arm, outcome, share, plan):
    """Uses 1.96 standard deviations instead of standard errors: the interval is far too wide."""
    arm, plan = np.asarray(arm), np.asarray(plan)
    y, s = np.asarray(outcome, float), np.asarray(share, float)
    d = ((arm == plan) / s[plan] - (arm == 0) / s[0]) * y
    half = 1.96 * d.std(ddof=1)
    return d.mean(), d.mean() - half, d.mean() + half


def plan_effect__wrong_difference_of_means(arm, outcome, share, plan):
    """Compares the mean of rows that got what the plan says with the mean of rows without a coupon:
    mixes different users, and rows where the plan gives nothing count on both sides."""
    arm, plan, y = np.asarray(arm), np.asarray(plan), np.asarray(outcome, float)
    a, b = y[arm == plan], y[arm == 0]
    effect = a.mean() - b.mean()
    half = 1.96 * math.sqrt(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))
    return effect, effect - half, effect + half


def plan_effect__wrong_weights_normalised(arm, outcome, share, plan):
    """Divides by the sum of the weights (Hajek) instead of n: another estimate whenever the weights do
    not add up to n by chance."""
    arm, plan = np.asarray(arm), np.asarray(plan)
    y, s = np.asarray(outcome, float), np.asarray(share, float)
    w1, w0 = (arm == plan) / s[plan], (arm == 0) / s[0]
    effect = (w1 * y).sum() / w1.sum() - (w0 * y).sum() / w0.sum()
    d = (w1 - w0) * y
    half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return effect, effect - half, effect + half


def plan_effect__wrong_measured_shares(arm, outcome, share, plan):
    """Weights by the shares counted in the log instead of the chances given: differs whenever the
    counts differ from them by chance."""
    arm, plan, y = np.asarray(arm), np.asarray(plan), np.asarray(outcome, float)
    s = np.bincount(arm, minlength=len(share)) / len(arm)
    with np.errstate(all="ignore"):
        d = ((arm == plan) / np.where(s > 0, s, 1)[plan] - (arm == 0) / (s[0] or 1)) * y
    half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def plan_effect__wrong_nothing_subtracted(arm, outcome, share, plan):
    """Forgets to subtract what no coupons bring: the value of the plan, not its effect."""
    arm, plan = np.asarray(arm), np.asarray(plan)
    y, s = np.asarray(outcome, float), np.asarray(share, float)
    d = (arm == plan) / s[plan] * y
    half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def plan_effect__wrong_only_users_with_a_coupon(arm, outcome, share, plan):
    """Averages over the rows with a coupon in the plan only: too large by n / their number when the
    plan leaves somebody out."""
    arm, plan = np.asarray(arm), np.asarray(plan)
    y, s = np.asarray(outcome, float), np.asarray(share, float)
    d = ((arm == plan) / s[plan] - (arm == 0) / s[0]) * y
    d = d[plan > 0] if (plan > 0).sum() > 1 else d
    half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def plan_effect__wrong_matched_rows_only(arm, outcome, share, plan):
    """Drops the rows where d is 0 because of no match: mean and standard error over too few rows."""
    arm, plan = np.asarray(arm), np.asarray(plan)
    y, s = np.asarray(outcome, float), np.asarray(share, float)
    d = ((arm == plan) / s[plan] - (arm == 0) / s[0]) * y
    used = (arm == plan) | (arm == 0)
    d = d[used] if used.sum() > 1 else d
    half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def plan_effect__wrong_two_independent_means(arm, outcome, share, plan):
    """Adds the variances of the two terms as if they were independent: the interval ignores their
    covariance, and rows whose plan is nothing count twice although they cancel."""
    arm, plan = np.asarray(arm), np.asarray(plan)
    y, s = np.asarray(outcome, float), np.asarray(share, float)
    one, none = (arm == plan) / s[plan] * y, (arm == 0) / s[0] * y
    effect = one.mean() - none.mean()
    half = 1.96 * math.sqrt((one.var(ddof=1) + none.var(ddof=1)) / len(y))
    return effect, effect - half, effect + half


def plan_effect__wrong_unweighted(arm, outcome, share, plan):
    """Does not divide by the chances: rows that got their arm count once instead of 1 / share
    times."""
    arm, plan, y = np.asarray(arm), np.asarray(plan), np.asarray(outcome, float)
    d = ((arm == plan).astype(float) - (arm == 0)) * y
    half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def plan_effect__wrong_equal_shares(arm, outcome, share, plan):
    """Takes every arm as equally likely: wrong when the shares differ."""
    arm, plan, y = np.asarray(arm), np.asarray(plan), np.asarray(outcome, float)
    k = len(share)
    d = ((arm == plan) * k - (arm == 0) * k) * y
    half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def plan_effect__wrong_student_interval(arm, outcome, share, plan):
    """Uses the t quantile instead of 1.96: visibly wider for few rows."""
    from scipy import stats

    arm, plan = np.asarray(arm), np.asarray(plan)
    y, s = np.asarray(outcome, float), np.asarray(share, float)
    d = ((arm == plan) / s[plan] - (arm == 0) / s[0]) * y
    half = stats.t.ppf(0.975, len(d) - 1) * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


def plan_effect__wrong_either_or(arm, outcome, share, plan):
    """if / elif: a row that got nothing where the plan gives nothing counts + y / share instead of 0,
    because the second term is skipped."""
    d = []
    for a, y, t in zip(arm, outcome, plan):
        if a == t:
            d.append(y / share[t])
        elif a == 0:
            d.append(-y / share[0])
        else:
            d.append(0.0)
    d = np.array(d)
    half = 1.96 * d.std(ddof=1) / np.sqrt(len(d))
    return d.mean(), d.mean() - half, d.mean() + half


# ---------------------------------------------------------------- 11.10 price_now


def price_now__right_plain(gain, cost, budget, spent, expected, seen):
    if spent >= budget:
        return math.inf
    done = len(seen)
    so_far = sum(expected[:done])
    factor = sum(seen) / so_far if so_far > 0 else 1.0
    to_come = factor * sum(expected[done:])
    if to_come <= 0:
        return 0.0
    return _price(gain, cost, (budget - spent) * len(gain) / to_come)


def price_now__right_numpy(gain, cost, budget, spent, expected, seen):
    left = budget - spent
    if left <= 0:
        return float("inf")
    expected, seen = np.asarray(expected, float), np.asarray(seen, float)
    before, after = expected[: seen.size].sum(), expected[seen.size :].sum()
    to_come = after * (seen.sum() / before if before else 1)
    return 0.0 if to_come == 0 else _price(gain, cost, left * np.shape(gain)[0] / to_come)


def price_now__right_scaled_sample(gain, cost, budget, spent, expected, seen):
    """Each user of the sample stands for k users: her costs are k times, the money is as it is. The
    price, gain per cost, is found with gains times k too."""
    if not spent < budget:
        return np.inf
    h = len(seen)
    ahead = math.fsum(expected[h:])
    behind = math.fsum(expected[:h])
    if behind > 0:
        ahead = ahead * math.fsum(seen) / behind
    if ahead == 0:
        return 0.0
    k = ahead / len(gain)
    return price_of_budget__right_bisection(gain, cost, (budget - spent) / k)


def price_now__wrong_forecast_as_it_is(gain, cost, budget, spent, expected, seen):
    """Ignores how many came so far: wrong when the traffic differs from the forecast."""
    if spent >= budget:
        return math.inf
    to_come = sum(expected[len(seen) :])
    return _price(gain, cost, (budget - spent) * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_factor_upside_down(gain, cost, budget, spent, expected, seen):
    """Expected divided by seen: more users than expected make it plan for fewer."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    factor = sum(expected[:h]) / sum(seen) if sum(seen) else 1.0
    to_come = factor * sum(expected[h:])
    return _price(gain, cost, (budget - spent) * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_mean_of_hourly_ratios(gain, cost, budget, spent, expected, seen):
    """Averages the ratios hour by hour instead of dividing the sums: wrong when hours differ in size
    and in ratio."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    ratios = [s / e for s, e in zip(seen, expected) if e > 0]
    factor = sum(ratios) / len(ratios) if ratios else 1.0
    to_come = factor * sum(expected[h:])
    return _price(gain, cost, (budget - spent) * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_last_hour_ratio(gain, cost, budget, spent, expected, seen):
    """Uses the last hour's ratio only, instead of all hours so far."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    factor = seen[-1] / expected[h - 1] if h and expected[h - 1] else 1.0
    to_come = factor * sum(expected[h:])
    return _price(gain, cost, (budget - spent) * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_whole_budget(gain, cost, budget, spent, expected, seen):
    """Shares out the budget of the whole day instead of what is left: too low a price once something
    is spent."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    to_come = sum(expected[h:]) * (sum(seen) / so_far if so_far else 1)
    return _price(gain, cost, budget * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_money_not_scaled(gain, cost, budget, spent, expected, seen):
    """Gives the sample all the money that is left: wrong when the sample and the users to come differ
    in number."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    to_come = sum(expected[h:]) * (sum(seen) / so_far if so_far else 1)
    return _price(gain, cost, budget - spent) if to_come else 0.0


def price_now__wrong_scaled_upside_down(gain, cost, budget, spent, expected, seen):
    """Multiplies by users to come / users in the sample: the wrong way round."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    to_come = sum(expected[h:]) * (sum(seen) / so_far if so_far else 1)
    return _price(gain, cost, (budget - spent) * to_come / len(gain)) if to_come else 0.0


def price_now__wrong_whole_day_to_come(gain, cost, budget, spent, expected, seen):
    """Counts the whole day's forecast as still to come, not only the hours that are left: too high a
    price after the first hour."""
    if spent >= budget:
        return math.inf
    so_far = sum(expected[: len(seen)])
    to_come = sum(expected) * (sum(seen) / so_far if so_far else 1)
    return _price(gain, cost, (budget - spent) * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_rest_of_forecast_total(gain, cost, budget, spent, expected, seen):
    """Users to come = forecast of the day less users seen: a busy morning makes the rest smaller
    instead of larger."""
    if spent >= budget:
        return math.inf
    to_come = max(0.0, sum(expected) - sum(seen))
    return _price(gain, cost, (budget - spent) * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_hour_off_by_one(gain, cost, budget, spent, expected, seen):
    """Leaves out the next hour: the forecast of the hours left starts one hour late."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    to_come = sum(expected[h + 1 :]) * (sum(seen) / so_far if so_far else 1)
    return _price(gain, cost, (budget - spent) * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_all_spent_is_no_price(gain, cost, budget, spent, expected, seen):
    """Tests spent > budget only: when exactly the budget is spent, a finite price is returned."""
    if spent > budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    to_come = sum(expected[h:]) * (sum(seen) / so_far if so_far else 1)
    return _price(gain, cost, (budget - spent) * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_nobody_to_come_first(gain, cost, budget, spent, expected, seen):
    """Tests for nobody to come before the money: at the end of a day with everything spent it says 0
    instead of inf."""
    h = len(seen)
    so_far = sum(expected[:h])
    to_come = sum(expected[h:]) * (sum(seen) / so_far if so_far else 1)
    if to_come == 0:
        return 0.0
    if spent >= budget:
        return math.inf
    return _price(gain, cost, (budget - spent) * len(gain) / to_come)


def price_now__wrong_nobody_seen_taken_as_no_news(gain, cost, budget, spent, expected, seen):
    """If nobody came so far, takes the forecast as it is; but users were expected, so the factor is
    0, nobody is to come, and the price is 0."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    factor = sum(seen) / sum(expected[:h]) if sum(seen) and sum(expected[:h]) else 1.0
    to_come = factor * sum(expected[h:])
    return _price(gain, cost, (budget - spent) * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_first_hour_divides_by_zero(gain, cost, budget, spent, expected, seen):
    """Divides by the users expected so far without a guard: an error before the first hour, or when
    nobody was expected so far."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    to_come = sum(expected[h:]) * sum(seen) / sum(expected[:h])
    return _price(gain, cost, (budget - spent) * len(gain) / to_come) if to_come else 0.0


def price_now__wrong_end_of_day_divides_by_zero(gain, cost, budget, spent, expected, seen):
    """No guard for nobody still to come: an error in the last hour."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    to_come = sum(expected[h:]) * (sum(seen) / so_far if so_far else 1)
    return _price(gain, cost, (budget - spent) * len(gain) / to_come)


# ---------------------------------------------------------------- 11.11 allocate_coupons

_KNOWN = ["baskets", "spend", "coupon_baskets", "recency", "order_value"]
_FACES = np.array([0.0, 5.0, 10.0, 20.0])


def _chances(model, users, columns=_KNOWN):
    x = users[columns].to_numpy(float)
    p = [model.predict_proba(np.c_[x, np.full(len(x), f)])[:, 1] for f in _FACES]
    return np.maximum.accumulate(np.clip(np.column_stack(p), 1e-4, 1), axis=1)


def _plan(p, users, budget):
    gain, cost = _gain_cost(p, users["order_value"], _FACES)
    return np.array(_allocate(gain.tolist(), cost.tolist(), budget))


def allocate_coupons__right_monotone_boosting(trial, users, budget):
    x = np.c_[trial[_KNOWN].to_numpy(float), trial["face"].to_numpy(float)]
    model = HistGradientBoostingClassifier(
        monotonic_cst=[0, 0, 0, 0, 0, 1],
        learning_rate=0.05,
        max_iter=80,
        max_leaf_nodes=12,
        min_samples_leaf=60,
        random_state=0,
    ).fit(x, trial["bought"])
    return _plan(_chances(model, users), users, budget)


class _Wide:
    """Logistic regression with the face value's steps crossed with bent features of the user."""

    def x(self, m):
        u, f = m[:, :5], m[:, 5]
        rec, value = u[:, 3], u[:, 4]
        bent = np.c_[
            np.log1p(u[:, :3]),
            u[:, 2] > 0,
            np.log(value),
            np.log1p(rec),
            *[(rec > k) * 1.0 for k in (3, 7, 14, 21, 28, 42)],
        ]
        steps = np.c_[f >= 5, f >= 10, f >= 20].astype(float)
        return np.c_[bent, steps, *[bent * steps[:, [k]] for k in range(3)]]

    def fit(self, m, y):
        self.model = make_pipeline(StandardScaler(), LogisticRegression(C=0.05, max_iter=300))
        self.model.fit(self.x(m), y)
        return self

    def predict_proba(self, m):
        return self.model.predict_proba(self.x(m))


def allocate_coupons__right_crossed_logistic(trial, users, budget):
    m = np.c_[trial[_KNOWN].to_numpy(float), trial["face"].to_numpy(float)]
    return _plan(_chances(_Wide().fit(m, trial["bought"]), users), users, budget)


def allocate_coupons__wrong_likeliest_buyers(trial, users, budget):
    """Gives 10 USD to those with the highest chance to buy: they buy anyway, and next to nothing is
    gained."""
    model = LogisticRegression(max_iter=300).fit(trial[_KNOWN], trial["bought"])
    score = model.predict_proba(users[_KNOWN])[:, 1]
    plan, left = np.zeros(len(users), int), budget
    for i in np.argsort(-score):
        if left < 10 * score[i]:
            break
        plan[i], left = 2, left - 10 * score[i]
    return plan


def allocate_coupons__wrong_everybody_gets_20(trial, users, budget):
    """20 USD to everybody: the money ends in the first rows, whoever they are."""
    return np.full(len(users), 3)


def allocate_coupons__wrong_face_values_returned(trial, users, budget):
    """Returns face values in USD (0, 5, 10, 20) instead of their indices 0 to 3: invalid."""
    m = np.c_[trial[_KNOWN].to_numpy(float), trial["face"].to_numpy(float)]
    plan = _plan(_chances(_Wide().fit(m, trial["bought"]), users), users, budget)
    return _FACES[plan].astype(int)


def allocate_coupons__unsure_additive_logistic(trial, users, budget):
    """A logistic regression with the face value as one more additive feature: in log-odds the coupon
    works alike for everybody, so those who respond are not found."""
    m = np.c_[trial[_KNOWN].to_numpy(float), trial["face"].to_numpy(float)]
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300))
    model.fit(m, trial["bought"])
    return _plan(_chances(model, users), users, budget)


UNSURE["allocate_coupons__unsure_additive_logistic"] = (
    "A weak model, but its plan by steps is far better than the best single face value for everybody (0.69 "
    "against 0.17 of the bound on one draw, with 12,000 trial rows; 0.77 for crossed terms): how many "
    "points it should get, and what score is full, is not said."
)


def allocate_coupons__wrong_nobody(trial, users, budget):
    """Gives no coupons: gains nothing."""
    return np.zeros(len(users), dtype=int)


def allocate_coupons__wrong_plan_for_the_trial(trial, users, budget):
    """Returns one face value for each row of the trial instead of the users: wrong length."""
    m = np.c_[trial[_KNOWN].to_numpy(float), trial["face"].to_numpy(float)]
    return _plan(_chances(_Wide().fit(m, trial["bought"]), trial), trial, budget)


# What each is truly told.


# ================================================================== by another reader


# ---------------------------------------------------------------- helpers


def _steps_again(gain, cost):
    out, at = [], 0
    while True:
        best = None
        for j in range(at + 1, len(gain)):
            dg, dc = gain[j] - gain[at], cost[j] - cost[at]
            if dg <= 0:
                continue
            r = dg / dc
            if best is None or r > best[0] * (1 + 1e-12) or r >= best[0] * (1 - 1e-12):
                if best is None or r >= best[0] * (1 - 1e-12):
                    best = (max(r, best[0]) if best and r < best[0] else r, j, dc, dg)
        if best is None:
            return out
        out.append((best[1], float(best[2]), float(best[3])))
        at = best[1]


def _greedy(gain, cost, budget):
    todo = []
    for u, (g, c) in enumerate(zip(gain, cost)):
        todo += [(-dg / dc, u, j, dc) for j, dc, dg in _steps_again(g, c)]
    todo.sort(key=lambda s: (s[0], s[1]))
    plan, spent = [0] * len(gain), 0.0
    for _, u, j, dc in todo:
        if spent + dc > budget + 1e-9:
            break
        spent += dc
        plan[u] = j
    return plan


def _choice(gain, cost, price):
    return (gain - price * cost).argmax(axis=1)


def _spend_again(gain, cost, price):
    return cost[np.arange(len(cost)), _choice(gain, cost, price)].sum()


def _price_again(gain, cost, budget):
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend_again(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    while _spend_again(gain, cost, high) > budget + 1e-9:
        low, high = high, 2 * high
    for _ in range(200):
        mid = (low + high) / 2
        if mid in (low, high):
            break
        if _spend_again(gain, cost, mid) > budget + 1e-9:
            low = mid
        else:
            high = mid
    return float(high)


# ---------------------------------------------------------------- 11.1

_FACES_again = (0, 5, 10)


def _flawed(p, value, budget, defect=None):
    n = len(p)
    gain = [[value[u] * (p[u][k] - p[u][0]) for k in range(3)] for u in range(n)]
    cost = [[_FACES_again[k] * p[u][k] for k in range(3)] for u in range(n)]
    plan_cost = cost
    if defect == "cost_is_face":
        plan_cost = [list(_FACES_again) for _ in range(n)]
    if defect == "cost_of_new_buyers":
        plan_cost = [[_FACES_again[k] * (p[u][k] - p[u][0]) for k in range(3)] for u in range(n)]
    plan, left = [0] * n, budget
    if defect in ("highest_conversion", "largest_gain_first", "never_upgraded"):
        score = {
            "highest_conversion": p,
            "largest_gain_first": gain,
            "never_upgraded": [
                [0] + [g / c for g, c in zip(a[1:], b[1:])] for a, b in zip(gain, cost)
            ],
        }[defect]
        meant = [max(range(3), key=lambda k: (score[u][k], -k)) for u in range(n)]
        for u in sorted(range(n), key=lambda u: -score[u][meant[u]]):
            if cost[u][meant[u]] <= left + 1e-9:
                plan[u] = meant[u]
                left -= cost[u][meant[u]]
    else:
        blocked = set()
        while True:
            best = None
            for u in range(n):
                if u in blocked:
                    continue
                at = plan[u]
                last = at + 1 if defect == "steps_between_neighbours" else 2
                for k in range(at + 1, min(last, 2) + 1):
                    dg, dc = gain[u][k] - gain[u][at], plan_cost[u][k] - plan_cost[u][at]
                    if dg > 0 and (best is None or dg / dc > best[0] + 1e-12):
                        best = (dg / dc, u, k, dc)
            if best is None:
                break
            _, u, k, dc = best
            if dc > left + 1e-9:
                blocked.add(u)
                continue
            plan[u], left = k, left - dc
    return round(sum(gain[u][plan[u]] for u in range(n)), 6), round(
        sum(cost[u][plan[u]] for u in range(n)), 6
    )


def _best_gain(p, value, budget):
    best = 0
    for plan in itertools.product(range(3), repeat=len(p)):
        if sum(_FACES_again[k] * p[u][k] for u, k in enumerate(plan)) <= budget + 1e-9:
            best = max(best, sum(value[u] * (p[u][k] - p[u][0]) for u, k in enumerate(plan)))
    return best


def _shows(defect, p, value, budget):
    right = _flawed(p, value, budget)
    wrong = _flawed(p, value, budget, defect)
    return (
        abs(_best_gain(p, value, budget) - right[0]) < 1e-9
        and max(abs(a - b) for a, b in zip(right, wrong)) > 0.01
    )


def break_budget__right_random_search(defect):
    rng = random.Random(7)
    while True:
        n = rng.randint(2, 4)
        p = [sorted(round(rng.uniform(0.02, 0.98), 2) for _ in range(3)) for _ in range(n)]
        value = [float(rng.randint(5, 100)) for _ in range(n)]
        budget = round(rng.uniform(1, 12), 2)
        if _shows(defect, p, value, budget):
            return p, value, budget


_HAND = {
    "highest_conversion": ([[0.5, 0.8, 0.9], [0.4, 0.4, 0.8]], [50.0, 50.0], 4.5),
    "largest_gain_first": ([[0.3, 0.6, 0.8], [0.1, 0.2, 0.3]], [40.0, 20.0], 3.0),
    "cost_is_face": ([[0.0, 0.2, 0.2], [0.0, 0.2, 0.2]], [50.0, 40.0], 2.0),
    "cost_of_new_buyers": ([[0.5, 0.7, 0.7], [0.6, 0.7, 0.9]], [50.0, 50.0], 4.0),
    "never_upgraded": ([[0.1, 0.4, 0.9], [0.2, 0.3, 0.3]], [50.0, 5.0], 20.0),
    "steps_between_neighbours": ([[0.1, 0.11, 0.6], [0.1, 0.3, 0.3]], [40.0, 20.0], 6.0),
}


def break_budget__right_by_hand(defect):
    return _HAND[defect]


def break_budget__wrong_money_for_all(defect):
    """The budget of 200 USD pays for the largest coupon of everybody, and each gains by a larger one: no order of service matters, so most defects (largest_gain_first, cost_is_face, cost_of_new_buyers, highest_conversion) do not show."""
    return [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]], [50.0, 40.0], 200.0


def break_budget__wrong_no_money(defect):
    """With a budget of 0 no plan gives a coupon (cost_of_new_buyers plans a cost above 0 too), so no defect shows."""
    return [[0.1, 0.3, 0.5], [0.2, 0.4, 0.6]], [50.0, 40.0], 0.0


def break_budget__wrong_same_order(defect):
    """For highest_conversion and largest_gain_first the same user has the higher chance, the larger gain and the better ratio, and only one coupon is of use: the flawed plan serves the same user."""
    if defect in ("highest_conversion", "largest_gain_first"):
        return [[0.1, 0.6, 0.6], [0.1, 0.2, 0.2]], [20.0, 20.0], 3.0
    return _HAND[defect]


def break_budget__wrong_diminishing(defect):
    """For steps_between_neighbours every second step is worse than the first, so nobody skips one and both plans are the same."""
    if defect == "steps_between_neighbours":
        return [[0.1, 0.4, 0.5], [0.1, 0.3, 0.35]], [40.0, 20.0], 4.0
    return _HAND[defect]


def break_budget__wrong_falling_chances_again(defect):
    """The chances fall from left to right for one user, which the contract forbids (every defect)."""
    p, value, budget = _HAND[defect]
    return [p[0], [0.6, 0.5, 0.4]], value, budget


def break_budget__wrong_not_the_best(defect):
    """The right plan by ratio is not the best within the budget here (a dear user would gain more than the cheap one who is served first), so the input is refused (every defect)."""
    return [[0.0, 0.2, 0.2], [0.0, 0.8, 0.8]], [30.0, 25.0], 4.0


def break_budget__wrong_no_upgrade(defect):
    """For never_upgraded the larger coupon brings nothing more, so the right plan upgrades nobody either."""
    if defect == "never_upgraded":
        return [[0.1, 0.6, 0.6], [0.2, 0.4, 0.4]], [50.0, 20.0], 20.0
    return _HAND[defect]


# ---------------------------------------------------------------- 11.2


def gain_and_cost__right_numpy(p, order_value, faces):
    p = np.asarray(p, dtype=float)
    return (p - p[:, :1]) * np.asarray(order_value, float)[:, None], p * np.asarray(faces, float)


def gain_and_cost__right_loops_again(p, order_value, faces):
    g = [
        [float(v) * (float(x) - float(row[0])) for x in row]
        for row, v in zip(np.asarray(p).tolist(), order_value)
    ]
    c = [[float(f) * float(x) for x, f in zip(row, faces)] for row in np.asarray(p).tolist()]
    return np.array(g).reshape(np.shape(p)), np.array(c).reshape(np.shape(p))


def gain_and_cost__right_pandas_again(p, order_value, faces):
    d = pd.DataFrame(np.array(p, dtype=float))
    gain = d.sub(d[0], axis=0).mul(np.asarray(order_value, float), axis=0)
    return gain.to_numpy(), d.mul(np.asarray(faces, float), axis=1).to_numpy()


def gain_and_cost__wrong_cost_is_face(p, order_value, faces):
    """The cost is the face value for everybody, as if everybody redeemed."""
    g, c = gain_and_cost__right_numpy(p, order_value, faces)
    return g, np.broadcast_to(np.asarray(faces, float), c.shape).copy()


def gain_and_cost__wrong_cost_of_new(p, order_value, faces):
    """Only additional buyers are counted as redeeming; those who buy anyway redeem too."""
    p = np.asarray(p, float)
    return gain_and_cost__right_numpy(p, order_value, faces)[0], (p - p[:, :1]) * np.asarray(
        faces, float
    )


def gain_and_cost__wrong_gross(p, order_value, faces):
    """gain is all expected sales, not those beyond "no coupon"."""
    p = np.asarray(p, float)
    return p * np.asarray(order_value, float)[:, None], p * np.asarray(faces, float)


def gain_and_cost__wrong_neighbour(p, order_value, faces):
    """gain compares with the face value before, not with no coupon."""
    p = np.asarray(p, float)
    return np.diff(p, axis=1, prepend=p[:, :1]) * np.asarray(order_value, float)[
        :, None
    ], p * np.asarray(faces, float)


def gain_and_cost__wrong_net(p, order_value, faces):
    """The cost is already taken off the gain."""
    g, c = gain_and_cost__right_numpy(p, order_value, faces)
    return g - c, c


def gain_and_cost__wrong_not_negative(p, order_value, faces):
    """Negative gains are set to 0, although a coupon may put a user off."""
    g, c = gain_and_cost__right_numpy(p, order_value, faces)
    return np.maximum(g, 0), c


def gain_and_cost__wrong_axis(p, order_value, faces):
    """The order value is multiplied along the columns: an error, or wrong where there are as many users as face values."""
    p = np.asarray(p, float)
    return (p - p[:, :1]) * np.asarray(order_value, float), p * np.asarray(faces, float)


# ---------------------------------------------------------------- 11.3


def monotone_response__right_pools_again(rate, n):
    pools = []
    for r, k in zip(list(rate), list(n)):
        pools.append([float(r), float(k), 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            b, a = pools.pop(), pools.pop()
            pools.append([(a[0] * a[1] + b[0] * b[1]) / (a[1] + b[1]), a[1] + b[1], a[2] + b[2]])
    return np.array([m for m, _, size in pools for _ in range(size)], dtype=float)


def monotone_response__right_sklearn_again(rate, n):
    r, w = np.array(rate, dtype=float), np.array(n, dtype=float)
    if r.size == 0:
        return r
    return IsotonicRegression().fit_transform(np.arange(r.size), r, sample_weight=w)


def monotone_response__right_max_min(rate, n):
    r, w = [float(v) for v in rate], [float(v) for v in n]
    m = len(r)

    def mean(a, b):
        return sum(x * y for x, y in zip(r[a : b + 1], w[a : b + 1])) / sum(w[a : b + 1])

    return np.array(
        [max(min(mean(a, b) for b in range(i, m)) for a in range(i + 1)) for i in range(m)],
        dtype=float,
    )


def monotone_response__wrong_running_maximum_again(rate, n):
    """The running maximum: never falls, but is not the nearest curve."""
    return np.maximum.accumulate(np.array(rate, dtype=float)) if len(rate) else np.array([])


def monotone_response__wrong_unweighted_again(rate, n):
    """Pools without the numbers of users."""
    return monotone_response__right_pools_again(rate, [1] * len(rate))


def monotone_response__wrong_one_pass(rate, n):
    """Pools only neighbours in one pass from the left, and does not look back: the curve may still fall."""
    pools = []
    for r, k in zip(list(rate), list(n)):
        if pools and pools[-1][0] > r:
            a = pools[-1]
            pools[-1] = [(a[0] * a[1] + r * k) / (a[1] + k), a[1] + k, a[2] + 1]
        else:
            pools.append([float(r), float(k), 1])
    return np.array([m for m, _, s in pools for _ in range(s)], dtype=float)


def monotone_response__wrong_sorted_again(rate, n):
    """Sorts the rates."""
    return np.sort(np.array(rate, dtype=float))


def monotone_response__wrong_empty_again(rate, n):
    """Fails on an empty input (scikit-learn's regression needs a row)."""
    r = np.array(rate, dtype=float)
    return IsotonicRegression().fit_transform(
        np.arange(r.size), r, sample_weight=np.array(n, dtype=float)
    )


def monotone_response__wrong_labels(rate, n):
    """Reads a Series by label 0, 1, ... and not by its order."""
    r, w = pd.Series(rate, dtype=float), pd.Series(n, dtype=float)
    try:
        return monotone_response__right_pools_again(
            [r[i] for i in range(len(r))], [w[i] for i in range(len(w))]
        )
    except KeyError:
        raise


def monotone_response__wrong_falling(rate, n):
    """The nearest curve that never rises."""
    return monotone_response__right_pools_again(list(rate)[::-1], list(n)[::-1])[::-1].copy()


def monotone_response__wrong_root_weights(rate, n):
    """Weights with the root of n (as for standard errors), not with n."""
    return monotone_response__right_pools_again(rate, np.sqrt(np.array(n, dtype=float)))


# ---------------------------------------------------------------- 11.4


def efficient_steps__right_scan(gain, cost):
    g, c = [float(v) for v in gain], [float(v) for v in cost]
    steps, at = [], 0
    while True:
        ratios = {j: (g[j] - g[at]) / (c[j] - c[at]) for j in range(at + 1, len(g)) if g[j] > g[at]}
        if not ratios:
            return steps
        top = max(ratios.values())
        j = max(k for k, r in ratios.items() if r >= top * (1 - 1e-12))
        steps.append((j, c[j] - c[at], g[j] - g[at]))
        at = j


def efficient_steps__right_hull_again(gain, cost):
    g, c = np.asarray(gain, float), np.asarray(cost, float)
    hull = [0]
    for j in range(1, len(g)):
        if g[j] <= g[hull[-1]] and len(hull) == 1:
            continue
        if g[j] <= max(g[k] for k in hull):
            continue
        while len(hull) > 1:
            a, b = hull[-2], hull[-1]
            r1 = (g[b] - g[a]) / (c[b] - c[a])
            r2 = (g[j] - g[b]) / (c[j] - c[b])
            if r2 >= r1 * (1 - 1e-12):
                hull.pop()
            else:
                break
        hull.append(j)
    return [(int(b), float(c[b] - c[a]), float(g[b] - g[a])) for a, b in zip(hull, hull[1:])]


def efficient_steps__right_numpy_recursive(gain, cost):
    g, c = np.array(gain, dtype=float), np.array(cost, dtype=float)

    def go(at):
        dg, dc = g[at + 1 :] - g[at], c[at + 1 :] - c[at]
        if len(dg) == 0 or dg.max() <= 0:
            return []
        r = dg / dc
        k = np.flatnonzero(np.isclose(r, r.max(), rtol=1e-12, atol=0))[-1]
        return [(int(at + 1 + k), float(dc[k]), float(dg[k]))] + go(at + 1 + k)

    return go(0)


def _eff(gain, cost, tie="far", neighbour=False, zero=False, absolute=False, by="ratio"):
    g, c = [float(v) for v in gain], [float(v) for v in cost]
    steps, at = [], 0
    while at < len(g) - 1:
        best = None
        for j in range(at + 1, at + 2 if neighbour else len(g)):
            dg, dc = g[j] - g[at], c[j] - c[at]
            if dg < 0 or (dg == 0 and not zero):
                continue
            r = dg / dc if by == "ratio" else dg if by == "gain" else g[j] / c[j]
            if (
                best is None
                or r > best[0] * (1 + 1e-12)
                or (tie == "far" and r >= best[0] * (1 - 1e-12))
            ):
                best = (r, j, dc, dg)
        if best is None:
            break
        steps.append((best[1], c[best[1]], g[best[1]]) if absolute else best[1:])
        at = best[1]
    return steps


def efficient_steps__wrong_neighbours(gain, cost):
    """Goes to the next face value only: inefficient ones are not skipped, and a useless small coupon ends the list."""
    return _eff(gain, cost, neighbour=True)


def efficient_steps__wrong_total_ratio_again(gain, cost):
    """Chooses by gain / cost of the face value, not by extra gain / extra cost."""
    return _eff(gain, cost, by="total")


def efficient_steps__wrong_largest_gain(gain, cost):
    """Takes the step with the largest extra gain: at once to the best face value."""
    return _eff(gain, cost, by="gain")


def efficient_steps__wrong_nearest_of_ties(gain, cost):
    """Of equal ratios takes the nearest step, so one step is cut into two."""
    return _eff(gain, cost, tie="near")


def efficient_steps__wrong_absolute(gain, cost):
    """Returns total cost and gain of the face value, not the extra ones of the step."""
    return _eff(gain, cost, absolute=True)


def efficient_steps__wrong_zero_gain(gain, cost):
    """A step without any extra gain is taken too."""
    return _eff(gain, cost, zero=True)


def efficient_steps__wrong_exact_ties_again(gain, cost):
    """Compares ratios exactly (>=), so ratios that are equal on paper and differ by rounding give two steps."""
    g, c = [float(v) for v in gain], [float(v) for v in cost]
    steps, at = [], 0
    while True:
        best = None
        for j in range(at + 1, len(g)):
            dg, dc = g[j] - g[at], c[j] - c[at]
            if dg > 0 and (best is None or dg / dc >= best[0]):
                best = (dg / dc, j, dc, dg)
        if best is None:
            return steps
        steps.append(best[1:])
        at = best[1]


# ---------------------------------------------------------------- 11.5


def allocate_budget__right_sorted(gain, cost, budget):
    return _greedy(np.asarray(gain, float).tolist(), np.asarray(cost, float).tolist(), budget)


def allocate_budget__right_heap_again(gain, cost, budget):
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    queues = [efficient_steps__right_scan(g, c) for g, c in zip(gain, cost)]
    heap = [(-q[0][2] / q[0][1], u, 0) for u, q in enumerate(queues) if q]
    heapq.heapify(heap)
    plan, spent = [0] * len(gain), 0.0
    while heap:
        _, u, k = heapq.heappop(heap)
        j, dc, _ = queues[u][k]
        if spent + dc > budget + 1e-9:
            return plan
        spent += dc
        plan[u] = j
        if k + 1 < len(queues[u]):
            nxt = queues[u][k + 1]
            heapq.heappush(heap, (-nxt[2] / nxt[1], u, k + 1))
    return plan


def allocate_budget__right_cumsum(gain, cost, budget):
    rows = [
        (u, *s)
        for u, (g, c) in enumerate(zip(np.asarray(gain, float), np.asarray(cost, float)))
        for s in efficient_steps__right_scan(g, c)
    ]
    plan = [0] * len(gain)
    if not rows:
        return plan
    f = pd.DataFrame(rows, columns=["u", "j", "dc", "dg"])
    f["r"] = f["dg"] / f["dc"]
    f = f.sort_values("r", ascending=False, kind="stable")
    for u, j in f.loc[(f["dc"].cumsum() <= budget + 1e-9), ["u", "j"]].itertuples(index=False):
        plan[u] = int(j)
    return plan


def _alloc(
    gain,
    cost,
    budget,
    skip=False,
    block=False,
    steps=_steps_again,
    tie=1,
    eps=1e-9,
    first_only=False,
    over=False,
):
    gain, cost = np.asarray(gain, float).tolist(), np.asarray(cost, float).tolist()
    todo = []
    for u, (g, c) in enumerate(zip(gain, cost)):
        s = steps(g, c)
        todo += [(-dg / dc, tie * u, u, j, dc) for j, dc, dg in (s[:1] if first_only else s)]
    todo.sort(key=lambda s: (s[0], s[1]))
    plan, spent, blocked = [0] * len(gain), 0.0, set()
    for _, _, u, j, dc in todo:
        if u in blocked:
            continue
        if spent + dc > budget + eps:
            if over:
                plan[u] = j
                break
            if skip:
                blocked.add(u)
                continue
            break
        spent += dc
        plan[u] = j
    return plan


def allocate_budget__wrong_goes_on(gain, cost, budget):
    """After a step that does not fit, steps of other users are still tried (as in break_budget)."""
    return _alloc(gain, cost, budget, skip=True)


def allocate_budget__wrong_no_upgrades(gain, cost, budget):
    """Each user takes her first efficient step only; nobody is upgraded."""
    return _alloc(gain, cost, budget, first_only=True)


def allocate_budget__wrong_neighbour_steps_again(gain, cost, budget):
    """Steps lead to the next face value only."""
    return _alloc(gain, cost, budget, steps=lambda g, c: _eff(g, c, neighbour=True))


def allocate_budget__wrong_ties_higher_user(gain, cost, budget):
    """Of equal ratios the higher user comes first."""
    return _alloc(gain, cost, budget, tie=-1)


def allocate_budget__wrong_no_rounding(gain, cost, budget):
    """No 1e-9 for rounding: three coupons of 0.1 do not fit into 0.3."""
    return _alloc(gain, cost, budget, eps=0.0)


def allocate_budget__wrong_overspends(gain, cost, budget):
    """The step that crosses the budget is still given."""
    return _alloc(gain, cost, budget, over=True)


def allocate_budget__wrong_best_for_each(gain, cost, budget):
    """Users are served by their largest gain until the money is used up."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    j = gain.argmax(axis=1)
    plan, left = [0] * len(gain), budget
    for u in np.argsort(-gain.max(axis=1), kind="stable"):
        if cost[u, j[u]] <= left + 1e-9:
            plan[u] = int(j[u])
            left -= cost[u, j[u]]
    return plan


# ---------------------------------------------------------------- 11.6


def price_of_budget__right_bisection_again(gain, cost, budget):
    return _price_again(gain, cost, budget)


def price_of_budget__right_from_steps(gain, cost, budget):
    gain, cost = np.asarray(gain, float).tolist(), np.asarray(cost, float).tolist()
    s = sorted(
        ((dg / dc, dc) for g, c in zip(gain, cost) for _, dc, dg in _steps_again(g, c)),
        reverse=True,
    )
    total = 0.0
    for k, (r, dc) in enumerate(s):
        total += dc
        if total > budget + 1e-9:
            return r * (1 + 1e-10) + 1e-12
    return 0.0


def price_of_budget__right_geometric(gain, cost, budget):
    g, c = np.array(gain, dtype=float), np.array(cost, dtype=float)

    def ok(x):
        v = g - x * c
        best = [next(j for j in range(v.shape[1]) if v[u, j] == v[u].max()) for u in range(len(v))]
        return sum(c[u, j] for u, j in enumerate(best)) <= budget + 1e-9

    if ok(0.0):
        return 0.0
    with np.errstate(all="ignore"):
        high = float(np.nanmax(g[:, 1:] / c[:, 1:])) * (1 + 1e-9) + 1e-9
    low = 0.0
    while high - low > 2e-7 * max(1.0, low):
        mid = (low + high) / 2
        low, high = (low, mid) if ok(mid) else (mid, high)
    return high


def price_of_budget__wrong_lower_end(gain, cost, budget):
    """Returns the lower end of the halved interval, at which users still spend too much."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend_again(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, float((gain[:, 1:] / cost[:, 1:]).max()) + 1
    for _ in range(45):
        mid = (low + high) / 2
        low, high = (mid, high) if _spend_again(gain, cost, mid) > budget + 1e-9 else (low, mid)
    return low


def price_of_budget__wrong_at_most_one(gain, cost, budget):
    """Looks between 0 and 1 only, but the price is sales per dollar and can be above 1."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spend_again(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        mid = (low + high) / 2
        low, high = (mid, high) if _spend_again(gain, cost, mid) > budget + 1e-9 else (low, mid)
    return high


def price_of_budget__wrong_last_step_taken(gain, cost, budget):
    """The ratio of the last step that is taken, not of the first that is not: higher than needed."""
    gain, cost = np.asarray(gain, float).tolist(), np.asarray(cost, float).tolist()
    s = sorted(
        ((dg / dc, dc) for g, c in zip(gain, cost) for _, dc, dg in _steps_again(g, c)),
        reverse=True,
    )
    total, price = 0.0, (s[0][0] * (1 + 1e-10) if s else 0.0)
    for r, dc in s:
        total += dc
        if total > budget + 1e-9:
            return price
        price = r
    return 0.0


def price_of_budget__wrong_coarse(gain, cost, budget):
    """A grid of steps of 0.01: not within 1e-6."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    x = 0.0
    top = float((gain[:, 1:] / cost[:, 1:]).max()) + 0.02 if gain.shape[1] > 1 else 0.0
    while _spend_again(gain, cost, x) > budget + 1e-9 and x < top:
        x += 0.01
    return x


def price_of_budget__wrong_never_zero(gain, cost, budget):
    """Goes on to the ratio of the last step where there is money for all: the price is not 0."""
    gain, cost = np.asarray(gain, float).tolist(), np.asarray(cost, float).tolist()
    s = sorted(
        ((dg / dc, dc) for g, c in zip(gain, cost) for _, dc, dg in _steps_again(g, c)),
        reverse=True,
    )
    total = 0.0
    for r, dc in s:
        total += dc
        if total > budget + 1e-9:
            return r * (1 + 1e-10)
    return s[-1][0] if s else 0.0


def price_of_budget__wrong_total_ratios(gain, cost, budget):
    """Sorts users by gain / cost of their best single face value: no upgrades, another price."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    r = gain[:, 1:] / cost[:, 1:]
    j = r.argmax(axis=1)
    rr, cc = r.max(axis=1), cost[np.arange(len(cost)), j + 1]
    total = 0.0
    for u in np.argsort(-rr, kind="stable"):
        if rr[u] <= 0:
            break
        total += cc[u]
        if total > budget + 1e-9:
            return float(rr[u] * (1 + 1e-10))
    return 0.0


# ---------------------------------------------------------------- 11.7


def gain_bound__right_numpy_again(gain, cost, budget, price):
    return float(
        (np.asarray(gain, float) - price * np.asarray(cost, float)).max(axis=1).sum()
        + price * budget
    )


def gain_bound__right_loop(gain, cost, budget, price):
    return price * budget + math.fsum(
        max(float(a) - price * float(b) for a, b in zip(g, c)) for g, c in zip(gain, cost)
    )


def gain_bound__right_pandas_again(gain, cost, budget, price):
    v = pd.DataFrame(np.array(gain, dtype=float)) - pd.DataFrame(np.array(cost, dtype=float)).mul(
        price
    )
    return np.float64(v.max(axis=1).sum() + budget * price)


def gain_bound__wrong_budget_forgotten_again(gain, cost, budget, price):
    """The worth of the budget is not added."""
    return gain_bound__right_loop(gain, cost, 0.0, price)


def gain_bound__wrong_budget_at_one(gain, cost, budget, price):
    """Adds the budget itself, not the budget times the price."""
    return gain_bound__right_loop(gain, cost, 0.0, price) + budget


def gain_bound__wrong_gain_of_choice(gain, cost, budget, price):
    """The gain of what users choose at the price, which a plan within the budget can exceed."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    return float(gain[np.arange(len(gain)), _choice(gain, cost, price)].sum())


def gain_bound__wrong_largest_gains(gain, cost, budget, price):
    """The largest gain of each user, without the price."""
    return float(np.asarray(gain, float).max(axis=1).sum() + price * budget)


def gain_bound__wrong_spent_money(gain, cost, budget, price):
    """Gives back what was spent, not the whole budget."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    return float(
        (gain - price * cost).max(axis=1).sum()
        + price * min(budget, _spend_again(gain, cost, price))
    )


def gain_bound__wrong_axis(gain, cost, budget, price):
    """The maximum is taken over users for each face value."""
    return float(
        (np.asarray(gain, float) - price * np.asarray(cost, float)).max(axis=0).sum()
        + price * budget
    )


def gain_bound__wrong_without_no_coupon_again(gain, cost, budget, price):
    """Column 0 is left out of the maximum, so users whose coupons are not worth the price count below 0."""
    return float(
        (np.asarray(gain, float) - price * np.asarray(cost, float))[:, 1:].max(axis=1).sum()
        + price * budget
    )


# ---------------------------------------------------------------- 11.8


def _promise(fn, gain, cost, budget):
    plan = fn([list(r) for r in gain], [list(r) for r in cost], budget)
    plan = list(plan)
    n = len(gain)
    if len(plan) != n:
        return False
    for u, j in enumerate(plan):
        if int(j) != j or not 0 <= j < len(gain[u]):
            return False
    plan = [int(j) for j in plan]
    if sum(cost[u][j] for u, j in enumerate(plan)) > budget + 1e-6:
        return False
    price = _price_again(gain, cost, budget)
    bound = gain_bound__right_loop(gain, cost, budget, price)
    step = max([s[2] for g, c in zip(gain, cost) for s in _steps_again(g, c)], default=0.0)
    return sum(gain[u][j] for u, j in enumerate(plan)) >= bound - step - 1e-6


def _markets():
    rng = np.random.default_rng(0)
    for n, share in ((1, 0.5), (40, 0.1), (150, 0.3), (150, 0.7), (80, 2.0), (60, 0.0)):
        p0 = rng.uniform(0, 0.5, n)
        up = np.c_[
            np.zeros(n), rng.uniform(-0.05, 0.2, n), rng.uniform(0, 0.3, n), rng.uniform(0, 0.45, n)
        ]
        p = np.clip(np.maximum(p0[:, None] + up, 0.02), 0.02, 0.98)
        p = np.c_[p[:, 0], np.maximum.accumulate(p[:, 1:], axis=1)]
        value = rng.uniform(5, 60, n)
        gain = value[:, None] * (p - p[:, :1])
        cost = p * np.array([0, 5, 10, 20.0])
        yield gain.tolist(), cost.tolist(), float(share * cost[:, 1].sum())
    yield [[0, 4.0, 6.0]] * 60, [[0, 1.5, 4.0]] * 60, 130.0
    yield [[0, 4.0, 6.0]] * 60, [[0, 1.5, 4.0]] * 60, 61.0
    yield (
        [[0, 1.25, 10.0]] * 50 + [[0, 2.0, 2.5]] * 50,
        [[0, 1.25, 6.0]] * 50 + [[0, 1.5, 6.0]] * 50,
        200.0,
    )
    yield [[0, -1.0, -3.0]] * 20 + [[0, -1.0, 5.0]] * 20, [[0, 1.0, 2.0]] * 40, 30.0
    yield [[0, -1.0, -3.0]] * 5, [[0, 1.0, 2.0]] * 5, 30.0
    yield (
        [[0, 9.0, 9.5]] * 30 + [[0, 2.0, 20.0]] * 30,
        [[0, 9.0, 18.0]] * 30 + [[0, 4.0, 8.0]] * 30,
        150.0,
    )


def kill_allocation__right_markets(fn):
    return all(_promise(fn, *m) for m in _markets())


def kill_allocation__right_random(fn):
    rng = random.Random(2)
    for k in range(25):
        n, faces = rng.choice([1, 5, 80, 150]), rng.choice([2, 3, 4])
        kinds = []
        for _ in range(rng.choice([1, 3, n])):
            c = list(itertools.accumulate([0.0] + [rng.uniform(0.3, 4) for _ in range(faces - 1)]))
            g = [0.0] + [rng.uniform(-2, 9) for _ in range(faces - 1)]
            kinds.append((g, c))
        users = [rng.choice(kinds) for _ in range(n)]
        gain, cost = [u[0] for u in users], [u[1] for u in users]
        budget = rng.choice([0.0, 0.1, 0.3, 0.6, 3.0]) * sum(c[-1] for c in cost)
        if not _promise(fn, gain, cost, budget):
            return False
    return all(_promise(fn, *m) for m in _markets())


def kill_allocation__wrong_own_plan(fn):
    """Compares with one plan: other right plans give coupons to other users of equal worth, and are rejected."""
    gain, cost = (
        [[0, 4.0, 6.0]] * 10 + [[0, 1.25, 10.0]] * 10,
        [[0, 1.5, 4.0]] * 10 + [[0, 1.25, 6.0]] * 10,
    )
    return list(fn(gain, cost, 8.0)) == _greedy(gain, cost, 8.0)


def kill_allocation__wrong_docstring_example(fn):
    """Three users: one step is a large part of the whole, so most mistakes pass."""
    gain, cost = [[0, 1.5, 3], [0, 4, 6], [0, 1.25, 10]], [[0, 2.75, 6], [0, 1.5, 4], [0, 1.25, 6]]
    return _promise(fn, gain, cost, 7.5)


def kill_allocation__wrong_budget_only(fn):
    """Checks the budget and the indices, not what the plan gains: a plan without coupons passes."""
    for gain, cost, budget in _markets():
        plan = list(fn(gain, cost, budget))
        if (
            len(plan) != len(gain)
            or sum(cost[u][int(j)] for u, j in enumerate(plan)) > budget + 1e-6
        ):
            return False
    return True


def kill_allocation__wrong_needs_a_list(fn):
    """Demands a list; right ones may return a tuple or an array."""
    return all(isinstance(fn(*m), list) and _promise(fn, *m) for m in _markets())


def kill_allocation__wrong_no_slack(fn):
    """Demands the bound itself, without the allowance of one step: right ones miss it."""
    for gain, cost, budget in _markets():
        plan = list(fn(gain, cost, budget))
        bound = gain_bound__right_loop(gain, cost, budget, _price_again(gain, cost, budget))
        if sum(gain[u][int(j)] for u, j in enumerate(plan)) < bound - 1e-6:
            return False
    return True


def kill_allocation__wrong_spends_everything(fn):
    """Demands that at least 99 % of the budget is spent, also where there is money for all or coupons lose."""
    for gain, cost, budget in _markets():
        plan = list(fn(gain, cost, budget))
        if not 0.99 * budget <= sum(cost[u][int(j)] for u, j in enumerate(plan)) <= budget + 1e-6:
            return False
    return True


# ---------------------------------------------------------------- 11.9


def plan_effect__right_numpy_again(arm, outcome, share, plan):
    a, y, s, q = (
        np.asarray(arm),
        np.asarray(outcome, float),
        np.asarray(share, float),
        np.asarray(plan),
    )
    d = ((a == q) / s[q] - (a == 0) / s[0]) * y
    se = d.std(ddof=1) / np.sqrt(len(d))
    m = d.mean()
    return float(m), float(m - 1.96 * se), float(m + 1.96 * se)


def plan_effect__right_loop_again(arm, outcome, share, plan):
    share = list(share)
    d = []
    for a, y, q in zip(arm, outcome, plan):
        w = (1 / share[int(q)] if a == q else 0.0) - (1 / share[0] if a == 0 else 0.0)
        d.append(w * float(y))
    n = len(d)
    m = sum(d) / n
    half = 1.96 * math.sqrt(sum((x - m) ** 2 for x in d) / (n - 1) / n)
    return m, m - half, m + half


def plan_effect__right_pandas_again(arm, outcome, share, plan):
    f = pd.DataFrame({"a": list(arm), "y": list(outcome), "q": list(plan)})
    s = pd.Series(list(share))
    d = f["y"] * ((f["a"] == f["q"]) / f["q"].map(s) - (f["a"] == 0) / s[0])
    half = 1.96 * d.sem()
    return d.mean(), d.mean() - half, d.mean() + half


def _effect(d, ddof=1, z=1.96):
    d = np.asarray(d, float)
    h = z * d.std(ddof=ddof) / np.sqrt(len(d))
    return float(d.mean()), float(d.mean() - h), float(d.mean() + h)


def plan_effect__wrong_ddof(arm, outcome, share, plan):
    """The standard deviation divides by n, not by n - 1."""
    a, y, s, q = (
        np.asarray(arm),
        np.asarray(outcome, float),
        np.asarray(share, float),
        np.asarray(plan),
    )
    return _effect(((a == q) / s[q] - (a == 0) / s[0]) * y, ddof=0)


def plan_effect__wrong_share_of_drawn_zero(arm, outcome, share, plan):
    """All weights use the share of arm 0."""
    a, y, s, q = (
        np.asarray(arm),
        np.asarray(outcome, float),
        np.asarray(share, float),
        np.asarray(plan),
    )
    return _effect(((a == q) / s[0] - (a == 0) / s[0]) * y)


def plan_effect__wrong_no_weights(arm, outcome, share, plan):
    """Compares the mean of the rows that agree with the plan with the mean of the rows without coupon; no weights, and the interval of two independent means."""
    a, y, q = np.asarray(arm), np.asarray(outcome, float), np.asarray(plan)
    x, z = y[a == q], y[a == 0]
    m = x.mean() - z.mean() if len(x) and len(z) else 0.0
    v = sum(k.var(ddof=1) / len(k) for k in (x, z) if len(k) > 1)
    return float(m), float(m - 1.96 * v**0.5), float(m + 1.96 * v**0.5)


def plan_effect__wrong_planned_rows_only(arm, outcome, share, plan):
    """Averages over the users to whom the plan gives a coupon, not over all rows."""
    a, y, s, q = (
        np.asarray(arm),
        np.asarray(outcome, float),
        np.asarray(share, float),
        np.asarray(plan),
    )
    d = ((a == q) / s[q] - (a == 0) / s[0]) * y
    k = q > 0
    return _effect(d[k]) if k.sum() > 1 else (0.0, 0.0, 0.0)


def plan_effect__wrong_no_baseline(arm, outcome, share, plan):
    """What the plan brings in all, without taking off what would be spent without coupons."""
    a, y, s, q = (
        np.asarray(arm),
        np.asarray(outcome, float),
        np.asarray(share, float),
        np.asarray(plan),
    )
    return _effect((a == q) / s[q] * y)


def plan_effect__wrong_no_root_n_again(arm, outcome, share, plan):
    """The interval is ± 1.96 standard deviations, not standard errors."""
    a, y, s, q = (
        np.asarray(arm),
        np.asarray(outcome, float),
        np.asarray(share, float),
        np.asarray(plan),
    )
    d = ((a == q) / s[q] - (a == 0) / s[0]) * y
    h = 1.96 * d.std(ddof=1)
    return float(d.mean()), float(d.mean() - h), float(d.mean() + h)


def plan_effect__wrong_observed_share(arm, outcome, share, plan):
    """Weighs with the observed frequencies of the arms instead of the given chances."""
    a, y, q = np.asarray(arm), np.asarray(outcome, float), np.asarray(plan)
    s = np.bincount(a, minlength=len(share)) / len(a)
    with np.errstate(all="ignore"):
        w = np.where(a == q, 1 / np.where(s[q] > 0, s[q], 1), 0) - np.where(
            a == 0, 1 / max(s[0], 1e-12), 0
        )
    return _effect(w * y)


def plan_effect__wrong_t_quantile(arm, outcome, share, plan):
    """Student's quantile instead of 1.96: wider in small logs."""
    from scipy.stats import t

    a, y, s, q = (
        np.asarray(arm),
        np.asarray(outcome, float),
        np.asarray(share, float),
        np.asarray(plan),
    )
    return _effect(((a == q) / s[q] - (a == 0) / s[0]) * y, z=t.ppf(0.975, len(a) - 1))


# ---------------------------------------------------------------- 11.10


def price_now__right_plain_again(gain, cost, budget, spent, expected, seen):
    left = budget - spent
    if left <= 0:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    factor = sum(seen) / so_far if so_far > 0 else 1.0
    coming = sum(expected[h:]) * factor
    if coming <= 0:
        return 0.0
    return _price_again(gain, cost, left * len(gain) / coming)


def price_now__right_numpy_again(gain, cost, budget, spent, expected, seen):
    if spent >= budget:
        return np.inf
    e, s = np.asarray(expected, float), np.asarray(seen, float)
    known, rest = np.split(e, [len(s)])
    rest = rest.sum()
    if known.sum() > 0:
        rest = rest * s.sum() / known.sum()
    return (
        price_of_budget__right_from_steps(gain, cost, (budget - spent) * len(gain) / rest)
        if rest > 0
        else 0.0
    )


def _now(gain, cost, budget, spent, expected, seen, factor=None, money=None, sample=None):
    left = budget - spent if money is None else money(budget, spent, expected, seen)
    if left <= 0:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    f = (sum(seen) / so_far if so_far > 0 else 1.0) if factor is None else factor(expected, seen)
    coming = sum(expected[h:]) * f
    if coming <= 0:
        return 0.0
    return _price_again(
        gain, cost, left * len(gain) / coming if sample is None else sample(left, len(gain), coming)
    )


def price_now__wrong_forecast_kept(gain, cost, budget, spent, expected, seen):
    """The forecast of the rest of the day is taken as it is, whatever came so far."""
    return _now(gain, cost, budget, spent, expected, seen, factor=lambda e, s: 1.0)


def price_now__wrong_whole_budget_again(gain, cost, budget, spent, expected, seen):
    """Divides the whole budget among those still to come, although a part of it is spent."""
    if spent >= budget:
        return math.inf
    return _now(gain, cost, budget, 0.0, expected, seen)


def price_now__wrong_last_hour(gain, cost, budget, spent, expected, seen):
    """The factor comes from the last hour only, not from all hours so far."""
    return _now(
        gain,
        cost,
        budget,
        spent,
        expected,
        seen,
        factor=lambda e, s: s[-1] / e[len(s) - 1] if len(s) and e[len(s) - 1] > 0 else 1.0,
    )


def price_now__wrong_inverse(gain, cost, budget, spent, expected, seen):
    """The factor is turned round: expected over seen."""
    return _now(
        gain,
        cost,
        budget,
        spent,
        expected,
        seen,
        factor=lambda e, s: sum(e[: len(s)]) / sum(s) if sum(s) > 0 else 1.0,
    )


def price_now__wrong_no_scaling(gain, cost, budget, spent, expected, seen):
    """The money that is left is given to the sample as a whole, not in proportion."""
    return _now(gain, cost, budget, spent, expected, seen, sample=lambda left, n, coming: left)


def price_now__wrong_no_money_zero(gain, cost, budget, spent, expected, seen):
    """When nothing is left the price is 0 instead of infinite."""
    r = _now(gain, cost, budget, spent, expected, seen)
    return 0.0 if math.isinf(r) else r


def price_now__wrong_nobody_came(gain, cost, budget, spent, expected, seen):
    """When users were expected so far and nobody came, the forecast is taken as it is, instead of nobody still to come."""
    return _now(
        gain,
        cost,
        budget,
        spent,
        expected,
        seen,
        factor=lambda e, s: (
            sum(s) / sum(e[: len(s)]) if sum(s) > 0 and sum(e[: len(s)]) > 0 else 1.0
        ),
    )


def price_now__wrong_mean_of_ratios(gain, cost, budget, spent, expected, seen):
    """The mean of the hourly ratios, not the ratio of the sums."""
    return _now(
        gain,
        cost,
        budget,
        spent,
        expected,
        seen,
        factor=lambda e, s: (
            float(np.mean([b / a for a, b in zip(e, s) if a > 0]))
            if any(a > 0 for a in e[: len(s)])
            else 1.0
        ),
    )


# ---------------------------------------------------------------- 11.11

_KNOWN_again = ["baskets", "spend", "coupon_baskets", "recency", "order_value"]
_F4 = np.array([0.0, 5.0, 10.0, 20.0])


def _design(users, face):
    x = np.log1p(users[_KNOWN_again].to_numpy(float))
    f = np.broadcast_to(np.asarray(face, float), len(users))
    cols = [x]
    for v in (5, 10, 20):
        on = (f >= v).astype(float)[:, None]
        cols += [on, on * x]
    return np.hstack(cols)


def _fast_plan(p, value, budget):
    gain, cost = value[:, None] * (p - p[:, :1]), p * _F4
    return np.array(_greedy(gain.tolist(), cost.tolist(), budget))


def allocate_coupons__right_monotone_boosting_again(trial, users, budget):
    cols = [*_KNOWN_again, "face"]
    model = HistGradientBoostingClassifier(
        max_iter=120,
        learning_rate=0.06,
        max_leaf_nodes=12,
        min_samples_leaf=100,
        l2_regularization=5.0,
        monotonic_cst=[0] * 5 + [1],
        random_state=0,
    )
    model.fit(trial[cols].to_numpy(float), trial["bought"])
    p = np.column_stack(
        [model.predict_proba(users.assign(face=f)[cols].to_numpy(float))[:, 1] for f in _F4]
    )
    return _fast_plan(
        np.maximum.accumulate(p, axis=1), users["order_value"].to_numpy(float), budget
    )


def allocate_coupons__right_joint_logistic(trial, users, budget):
    X = _design(trial, trial["face"].to_numpy())
    mean, sd = X.mean(axis=0), X.std(axis=0)
    sd[sd == 0] = 1
    model = LogisticRegression(C=0.1, max_iter=2000).fit((X - mean) / sd, trial["bought"])
    p = np.column_stack([model.predict_proba((_design(users, f) - mean) / sd)[:, 1] for f in _F4])
    return _fast_plan(
        np.maximum.accumulate(p, axis=1), users["order_value"].to_numpy(float), budget
    )


def allocate_coupons__wrong_most_likely_buyers(trial, users, budget):
    """The largest coupon to those with the highest chance to buy, who would buy anyway."""
    m = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(
        trial[_KNOWN_again], trial["bought"]
    )
    p = m.predict_proba(users[_KNOWN_again])[:, 1]
    plan, left = np.zeros(len(users), int), budget
    for u in np.argsort(-p):
        if 20 * p[u] > left:
            break
        plan[u], left = 3, left - 20 * p[u]
    return plan


def allocate_coupons__wrong_one_face_for_everybody(trial, users, budget):
    """One face value for everybody: the simple answer itself, at no points."""
    rate = trial.groupby("face")["bought"].mean()
    value = trial["order_value"].mean()
    best = max((5, 10, 20), key=lambda f: value * (rate[f] - rate[0]) / (f * rate[f]))
    return np.full(len(users), {5: 1, 10: 2, 20: 3}[best])


def allocate_coupons__wrong_face_values(trial, users, budget):
    """Returns face values in USD (0, 5, 10, 20) and not their index."""
    return _F4[allocate_coupons__right_joint_logistic(trial, users, budget)].astype(int)


def allocate_coupons__wrong_random(trial, users, budget):
    """5 USD to users drawn at random."""
    return (np.random.default_rng(0).random(len(users)) < 0.3).astype(int)


def allocate_coupons__wrong_budget_ignored(trial, users, budget):
    """Everybody gets 20 USD; the budget ends after the first few hundred rows."""
    return np.full(len(users), 3)


def allocate_coupons__wrong_for_the_trial(trial, users, budget):
    """The plan is made for the rows of the trial: the wrong length."""
    return np.zeros(len(trial), int)


TRUE = {
    "kill_allocation__wrong_only_the_budget": ("checks_the_budget_only",),
    "kill_allocation__wrong_exact_budget": ("rejects_any_plan",),
    "kill_allocation__wrong_demands_full_budget": ("rejects_any_plan",),
    "break_budget__wrong_enough_money_for_all": ("money_for_everybody",),
    "gain_and_cost__wrong_cost_of_new_buyers": ("cost_only_of_new_buyers",),
    "gain_and_cost__wrong_total_sales": ("sales_not_incremental",),
    "gain_and_cost__wrong_face_as_cost": ("cost_is_face",),
    "gain_and_cost__wrong_first_row": ("first_user_subtracted",),
    "gain_and_cost__wrong_clipped": ("harm_cut_off",),
    "gain_and_cost__wrong_net_of_discount": ("net_of_cost",),
    "gain_and_cost__wrong_value_along_faces": ("values_along_the_faces",),
    "gain_and_cost__wrong_against_previous_face": ("difference_to_the_face_below",),
    "gain_and_cost__wrong_swapped": ("cost_first",),
    "gain_and_cost__wrong_without_column_0": ("no_coupon_left_out",),
    "gain_and_cost__wrong_in_place": ("chances_overwritten",),
    "gain_and_cost__wrong_course_faces": ("usual_faces",),
    "gain_and_cost__wrong_face_of_uplift_in_percent": ("relative_uplift",),
    "monotone_response__wrong_unweighted": ("unweighted",),
    "monotone_response__wrong_running_maximum": ("running_maximum",),
    "monotone_response__wrong_running_minimum_from_right": ("running_minimum",),
    "monotone_response__wrong_sorted": ("rates_sorted",),
    "monotone_response__wrong_single_pass": ("one_pass",),
    "monotone_response__wrong_weight_not_added": ("weight_of_a_pool_not_added",),
    "monotone_response__wrong_mean_of_means": ("unweighted",),
    "monotone_response__wrong_one_sweep_over_pairs": ("one_pass",),
    "monotone_response__wrong_empty": ("empty_fails",),
    "monotone_response__wrong_one_value_per_pool": ("pool_counted_once",),
    "monotone_response__wrong_integer_curve": ("rates_kept_whole",),
    "monotone_response__wrong_non_increasing": ("falling",),
    "monotone_response__wrong_direction_auto": ("direction_from_the_rates",),
    "monotone_response__wrong_weights_squared": ("users_squared",),
    "monotone_response__wrong_labels_as_positions": ("labels_taken_for_places",),
    "efficient_steps__wrong_nearest_of_equal": ("nearest_of_equals",),
    "efficient_steps__wrong_exact_ties": ("compared_to_the_last_digit",),
    "efficient_steps__wrong_total_ratio": ("average_ratios",),
    "efficient_steps__wrong_neighbours_only": ("only_dominated_removed",),
    "efficient_steps__wrong_totals_returned": ("totals_not_extras",),
    "efficient_steps__wrong_goes_on_when_gain_falls": ("losses_kept",),
    "efficient_steps__wrong_zero_gain_step": ("losses_kept",),
    "efficient_steps__wrong_stops_at_first_useless_face": ("stops_at_first_bend",),
    "efficient_steps__wrong_first_step_only": ("first_step_only",),
    "efficient_steps__wrong_relative_index": ("places_counted_from_the_step_before",),
    "efficient_steps__wrong_gain_before_cost": ("gain_before_cost",),
    "efficient_steps__wrong_largest_extra_gain": ("largest_gain_at_once",),
    "efficient_steps__wrong_best_ratio_at_least_one": ("stops_below_one",),
    "allocate_budget__wrong_skips_and_goes_on": ("goes_on_after_the_first",),
    "allocate_budget__wrong_no_rounding_room": ("no_room_for_rounding",),
    "allocate_budget__wrong_strictly_below_budget": ("budget_never_used_up",),
    "allocate_budget__wrong_takes_the_step_that_breaks_the_budget": ("last_step_overspends",),
    "allocate_budget__wrong_upgrade_paid_in_full": ("upgrade_charged_in_full",),
    "allocate_budget__wrong_higher_user_first": ("higher_user_first",),
    "allocate_budget__wrong_cheapest_of_equal_ratios": ("equal_ratios_by_size",),
    "allocate_budget__wrong_never_upgraded": ("best_ratio_never_upgraded",),
    "allocate_budget__wrong_neighbour_steps": ("no_hull",),
    "allocate_budget__wrong_total_ratio_of_each_face": ("upgrades_by_average_ratio",),
    "allocate_budget__wrong_largest_gain_first": ("largest_step_first",),
    "allocate_budget__wrong_returns_costs": ("costs_returned",),
    "allocate_budget__wrong_counts_steps": ("steps_counted",),
    "allocate_budget__wrong_by_price_only": ("price_rule_drops_ties",),
    "allocate_budget__wrong_first_coupons_before_upgrades": ("first_coupons_before_upgrades",),
    "price_of_budget__wrong_returns_middle": ("overspending_side_returned",),
    "price_of_budget__wrong_returns_low": ("overspending_side_returned",),
    "price_of_budget__wrong_upper_limit_ten": ("price_below_a_limit",),
    "price_of_budget__wrong_between_0_and_1": ("price_below_one",),
    "price_of_budget__wrong_ratio_of_last_step_taken": ("ratio_of_the_last_step_paid",),
    "price_of_budget__wrong_gain_spent": ("gain_compared_with_budget",),
    "price_of_budget__wrong_average_ratio_choice": ("best_average_offer_only",),
    "price_of_budget__wrong_no_rounding_room": ("no_room_in_the_price",),
    "price_of_budget__wrong_strictly_below": ("budget_not_used_up",),
    "price_of_budget__wrong_coupon_for_everybody": ("no_coupon_is_no_choice",),
    "price_of_budget__wrong_neighbour_ratios": ("ratios_between_neighbours",),
    "gain_bound__wrong_budget_forgotten": ("budget_forgotten",),
    "gain_bound__wrong_budget_subtracted": ("budget_subtracted",),
    "gain_bound__wrong_spent_given_back": ("gain_of_the_plan",),
    "gain_bound__wrong_money_left_over_too": ("left_money_given_back",),
    "gain_bound__wrong_axis_0": ("best_user_of_each_face",),
    "gain_bound__wrong_one_maximum": ("one_largest_of_all",),
    "gain_bound__wrong_maximum_of_gain": ("largest_gain_then_priced",),
    "gain_bound__wrong_without_no_coupon": ("coupon_for_everybody",),
    "gain_bound__wrong_unconstrained": ("largest_gains_alone",),
    "gain_bound__wrong_own_price": ("own_price_searched",),
    "gain_bound__wrong_gain_of_plan": ("gain_of_the_steps",),
    "gain_bound__wrong_mean": ("mean_for_sum",),
    "gain_bound__wrong_budget_not_priced": ("budget_not_priced",),
    "gain_bound__wrong_lists_times_number": ("lists_multiplied",),
    "plan_effect__wrong_ddof_0": ("population_spread",),
    "plan_effect__wrong_no_root_n": ("sd_for_standard_error",),
    "plan_effect__wrong_difference_of_means": ("matched_rows_compared",),
    "plan_effect__wrong_weights_normalised": ("self_normalised",),
    "plan_effect__wrong_measured_shares": ("measured_shares",),
    "plan_effect__wrong_nothing_subtracted": ("no_control",),
    "plan_effect__wrong_only_users_with_a_coupon": ("treated_rows_only",),
    "plan_effect__wrong_matched_rows_only": ("rows_without_weight_dropped",),
    "plan_effect__wrong_two_independent_means": ("parts_taken_as_independent",),
    "plan_effect__wrong_unweighted": ("not_weighted",),
    "plan_effect__wrong_equal_shares": ("equal_shares_assumed",),
    "plan_effect__wrong_student_interval": ("quantile_of_student",),
    "price_now__wrong_forecast_as_it_is": ("forecast_not_rescaled",),
    "price_now__wrong_factor_upside_down": ("rescaled_upside_down",),
    "price_now__wrong_mean_of_hourly_ratios": ("mean_of_hourly_ratios",),
    "price_now__wrong_last_hour_ratio": ("last_hour_only",),
    "price_now__wrong_whole_budget": ("spent_forgotten",),
    "price_now__wrong_money_not_scaled": ("all_money_to_the_sample",),
    "price_now__wrong_scaled_upside_down": ("sample_scaled_upside_down",),
    "price_now__wrong_whole_day_to_come": ("budget_over_the_whole_day",),
    "price_now__wrong_rest_of_forecast_total": ("seen_subtracted_from_the_day",),
    "price_now__wrong_hour_off_by_one": ("next_hour_left_out",),
    "price_now__wrong_all_spent_is_no_price": ("price_when_just_spent",),
    "price_now__wrong_nobody_to_come_first": ("zero_at_the_end_though_spent",),
    "price_now__wrong_nobody_seen_taken_as_no_news": ("nobody_came_is_no_news",),
    "price_now__wrong_end_of_day_divides_by_zero": ("error_when_nobody_is_to_come",),
    "price_now__wrong_first_hour_divides_by_zero": ("error_before_the_first_hour",),
    "break_budget__wrong_money_for_all": ("money_for_everybody",),
    "break_budget__wrong_no_money": ("no_money_at_all",),
    "break_budget__wrong_falling_chances_again": ("chances_that_fall",),
    "gain_and_cost__wrong_cost_is_face": ("cost_is_face",),
    "gain_and_cost__wrong_cost_of_new": ("cost_only_of_new_buyers",),
    "gain_and_cost__wrong_gross": ("sales_not_incremental",),
    "gain_and_cost__wrong_neighbour": ("difference_to_the_face_below",),
    "gain_and_cost__wrong_net": ("net_of_cost",),
    "gain_and_cost__wrong_not_negative": ("harm_cut_off",),
    "gain_and_cost__wrong_axis": ("values_along_the_faces",),
    "monotone_response__wrong_running_maximum_again": ("running_maximum",),
    "monotone_response__wrong_unweighted_again": ("unweighted",),
    "monotone_response__wrong_one_pass": ("one_pass",),
    "monotone_response__wrong_sorted_again": ("rates_sorted",),
    "monotone_response__wrong_empty_again": ("empty_fails",),
    "monotone_response__wrong_labels": ("labels_taken_for_places",),
    "monotone_response__wrong_falling": ("falling",),
    "monotone_response__wrong_root_weights": ("users_rooted",),
    "efficient_steps__wrong_neighbours": ("neighbour_steps",),
    "efficient_steps__wrong_total_ratio_again": ("average_ratios",),
    "efficient_steps__wrong_largest_gain": ("largest_gain_at_once",),
    "efficient_steps__wrong_absolute": ("totals_not_extras",),
    "efficient_steps__wrong_zero_gain": ("losses_kept",),
    "efficient_steps__wrong_exact_ties_again": ("compared_to_the_last_digit",),
    "allocate_budget__wrong_goes_on": ("goes_on_after_the_first",),
    "allocate_budget__wrong_no_upgrades": ("best_ratio_never_upgraded",),
    "allocate_budget__wrong_neighbour_steps_again": ("no_hull",),
    "allocate_budget__wrong_ties_higher_user": ("higher_user_first",),
    "allocate_budget__wrong_no_rounding": ("no_room_for_rounding",),
    "allocate_budget__wrong_overspends": ("last_step_overspends",),
    "allocate_budget__wrong_best_for_each": ("largest_gain_first",),
    "price_of_budget__wrong_lower_end": ("overspending_side_returned",),
    "price_of_budget__wrong_at_most_one": ("price_below_one",),
    "price_of_budget__wrong_last_step_taken": ("ratio_of_the_last_step_paid",),
    "price_of_budget__wrong_never_zero": ("price_when_budget_is_not_binding",),
    "price_of_budget__wrong_total_ratios": ("best_average_offer_only",),
    "gain_bound__wrong_budget_forgotten_again": ("budget_forgotten",),
    "gain_bound__wrong_budget_at_one": ("budget_not_priced",),
    "gain_bound__wrong_gain_of_choice": ("gain_of_the_plan",),
    "gain_bound__wrong_largest_gains": ("without_price",),
    "gain_bound__wrong_spent_money": ("gain_of_the_plan",),
    "gain_bound__wrong_axis": ("best_user_of_each_face",),
    "gain_bound__wrong_without_no_coupon_again": ("coupon_for_everybody",),
    "kill_allocation__wrong_docstring_example": ("accepts_any_plan",),
    "kill_allocation__wrong_budget_only": ("checks_the_budget_only",),
    "kill_allocation__wrong_spends_everything": ("rejects_any_plan",),
    "plan_effect__wrong_ddof": ("population_spread",),
    "plan_effect__wrong_share_of_drawn_zero": ("share_of_no_coupon_for_all",),
    "plan_effect__wrong_no_weights": ("matched_rows_compared",),
    "plan_effect__wrong_planned_rows_only": ("treated_rows_only",),
    "plan_effect__wrong_no_baseline": ("no_control",),
    "plan_effect__wrong_no_root_n_again": ("sd_for_standard_error",),
    "plan_effect__wrong_observed_share": ("measured_shares",),
    "plan_effect__wrong_t_quantile": ("quantile_of_student",),
    "price_now__wrong_forecast_kept": ("forecast_not_rescaled",),
    "price_now__wrong_whole_budget_again": ("spent_forgotten",),
    "price_now__wrong_last_hour": ("last_hour_only",),
    "price_now__wrong_inverse": ("rescaled_upside_down",),
    "price_now__wrong_no_scaling": ("all_money_to_the_sample",),
    "price_now__wrong_no_money_zero": ("zero_when_spent",),
    "price_now__wrong_nobody_came": ("nobody_came_is_no_news",),
    "price_now__wrong_mean_of_ratios": ("mean_of_hourly_ratios",),
}


# ---- written later, for slips of the second order ----

import heapq
import math

import numpy as np


# ------------------------------------------------------------------ own helpers


def _steps_4(gain, cost):
    """Efficient steps of one user: (face, extra cost, extra gain)."""
    out, at = [], 0
    while True:
        best, best_ratio = None, 0.0
        for j in range(at + 1, len(gain)):
            more = gain[j] - gain[at]
            if more <= 0:
                continue
            ratio = more / (cost[j] - cost[at])
            if best is None or ratio >= best_ratio * (1 - 1e-12):
                best, best_ratio = j, max(ratio, best_ratio)
        if best is None:
            return out
        out.append((best, float(cost[best] - cost[at]), float(gain[best] - gain[at])))
        at = best


def _spent(gain, cost, price):
    face = (gain - price * cost).argmax(axis=1)
    return cost[np.arange(len(cost)), face].sum()


def _halved(gain, cost, budget, turns=200):
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spent(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    while _spent(gain, cost, high) > budget + 1e-9:
        low, high = high, 2 * high
    for _ in range(turns):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if _spent(gain, cost, middle) > budget + 1e-9:
            low = middle
        else:
            high = middle
    return high


# ------------------------------------------------------------------ price_of_budget


def price_of_budget__right_bisection_again(gain, cost, budget):
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)

    def spent(price):
        return cost[np.arange(len(cost)), (gain - price * cost).argmax(axis=1)].sum()

    if spent(0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, float((gain[:, 1:] / cost[:, 1:]).max()) * 1.001 + 1e-9
    for _ in range(100):
        middle = (low + high) / 2
        if spent(middle) > budget + 1e-9:
            low = middle
        else:
            high = middle
    return high


def price_of_budget__right_prices_of_pairs(gain, cost, budget):
    """The spending changes only at the ratio of some pair of face values: find the first good one."""
    gain, cost = [list(map(float, g)) for g in gain], [list(map(float, c)) for c in cost]

    def spent(price):
        total = 0.0
        for g, c in zip(gain, cost, strict=True):
            best = 0
            for j in range(1, len(g)):
                if g[j] - price * c[j] > g[best] - price * c[best]:
                    best = j
            total += c[best]
        return total

    prices = {0.0}
    for g, c in zip(gain, cost, strict=True):
        for j in range(1, len(g)):
            for i in range(j):
                ratio = (g[j] - g[i]) / (c[j] - c[i])
                if ratio > 0:
                    prices.add(ratio + 1e-7 * max(1.0, ratio))
    prices = sorted(prices)
    low, high = 0, len(prices) - 1
    while low < high:
        middle = (low + high) // 2
        if spent(prices[middle]) <= budget + 1e-9:
            high = middle
        else:
            low = middle + 1
    return prices[low]


def price_of_budget__right_steps_then_a_little(gain, cost, budget):
    """The ratio of the dearest step that must not be taken, and a little more."""
    ladder = {}
    for g, c in zip(gain, cost, strict=True):
        for _, more_cost, more_gain in _steps_4(list(map(float, g)), list(map(float, c))):
            ladder.setdefault(round(more_gain / more_cost, 9), []).append(more_cost)
    total = 0.0
    for ratio in sorted(ladder, reverse=True):
        total += math.fsum(ladder[ratio])
        if total > budget + 1e-9:
            return ratio + 2e-7 * max(1.0, ratio)
    return 0.0


def price_of_budget__wrong_at_most_one_again(gain, cost, budget):
    """Looks for the price between 0 and 1 only: it is sales per dollar, and where every coupon returns more than it costs the budget is exceeded at 1."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spent(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _spent(gain, cost, middle) > budget + 1e-9:
            low = middle
        else:
            high = middle
    return high


def price_of_budget__wrong_at_most_hundred(gain, cost, budget):
    """Starts from a fixed upper end of 100: coupons that cost cents and bring dollars have larger ratios."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spent(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        if _spent(gain, cost, middle) > budget + 1e-9:
            low = middle
        else:
            high = middle
    return high


def price_of_budget__wrong_lower_end_again(gain, cost, budget):
    """Returns the lower end of the last interval: at that price the users still spend too much."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spent(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    while _spent(gain, cost, high) > budget + 1e-9:
        high *= 2
    for _ in range(50):
        middle = (low + high) / 2
        if _spent(gain, cost, middle) > budget + 1e-9:
            low = middle
        else:
            high = middle
    return low


def price_of_budget__wrong_less_than_the_budget(gain, cost, budget):
    """Asks that they spend less than the budget: a plan that uses it up exactly is refused, and the price is that of the step before."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spent(gain, cost, 0.0) < budget:
        return 0.0
    low, high = 0.0, float((gain[:, 1:] / cost[:, 1:]).max()) + 1.0
    for _ in range(100):
        middle = (low + high) / 2
        if _spent(gain, cost, middle) >= budget - 1e-9:
            low = middle
        else:
            high = middle
    return high


def price_of_budget__wrong_no_room_for_rounding(gain, cost, budget):
    """Compares with the budget itself: three coupons of 0.1 cost 0.30000000000000004 and do not fit into 0.3, so the price rises to the next ratio."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)

    def spent(price):
        face = (gain - price * cost).argmax(axis=1)
        return sum(float(c) for c in cost[np.arange(len(cost)), face])

    if spent(0.0) <= budget:
        return 0.0
    low, high = 0.0, float((gain[:, 1:] / cost[:, 1:]).max()) * 1.001 + 1e-9
    for _ in range(100):
        middle = (low + high) / 2
        if spent(middle) > budget:
            low = middle
        else:
            high = middle
    return high


def price_of_budget__wrong_never_without_a_coupon(gain, cost, budget):
    """Lets users choose among the coupons only, without column 0: those for whom none pays still spend, and with a small budget there is no price."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    g, c = gain[:, 1:], cost[:, 1:]
    if _spent(g, c, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, float((g / c).max()) * 1.001 + 1e-9
    for _ in range(100):
        middle = (low + high) / 2
        if _spent(g, c, middle) > budget + 1e-9:
            low = middle
        else:
            high = middle
    return high


def price_of_budget__wrong_whole_ratio(gain, cost, budget):
    """Uses the ratio of the whole gain to the whole cost of a face value, not of the extra gain to the extra cost: an upgrade looks better than it is and the price is too high."""
    faces = []
    for g, c in zip(gain, cost, strict=True):
        for face, more_cost, _ in _steps_4(list(map(float, g)), list(map(float, c))):
            faces.append((g[face] / c[face], more_cost))
    total = 0.0
    for ratio, more_cost in sorted(faces, reverse=True):
        total += more_cost
        if total > budget + 1e-9:
            return ratio + 2e-7 * max(1.0, ratio)
    return 0.0


def price_of_budget__wrong_last_step_that_fits(gain, cost, budget):
    """Returns the ratio of the last step that fits: at it, or above it, less is spent than the budget allows, and a smaller price does as well."""
    steps = sorted(
        (
            (more_gain / more_cost, more_cost)
            for g, c in zip(gain, cost, strict=True)
            for _, more_cost, more_gain in _steps_4(list(map(float, g)), list(map(float, c)))
        ),
        reverse=True,
    )
    total, price = 0.0, steps[0][0] if steps else 0.0
    for ratio, more_cost in steps:
        total += more_cost
        if total > budget + 1e-9:
            return price + 2e-7 * max(1.0, price)
        price = ratio
    return 0.0


def price_of_budget__wrong_neighbouring_steps(gain, cost, budget):
    """Takes the ratios of neighbouring face values: where a small coupon does little, the ratio of the second step alone is larger than that at which the user really buys."""
    steps = []
    for g, c in zip(gain, cost, strict=True):
        for j in range(1, len(g)):
            if g[j] > g[j - 1]:
                steps.append(((g[j] - g[j - 1]) / (c[j] - c[j - 1]), c[j] - c[j - 1]))
    total = 0.0
    for ratio, more_cost in sorted(steps, reverse=True):
        total += more_cost
        if total > budget + 1e-9:
            return ratio + 2e-7 * max(1.0, ratio)
    return 0.0


def price_of_budget__wrong_step_that_does_not_fit_skipped(gain, cost, budget):
    """Skips a step that does not fit and goes on to smaller ones: at one price for all, its user would take it."""
    steps = sorted(
        (
            (more_gain / more_cost, more_cost)
            for g, c in zip(gain, cost, strict=True)
            for _, more_cost, more_gain in _steps_4(list(map(float, g)), list(map(float, c)))
        ),
        reverse=True,
    )
    total, price = 0.0, 0.0
    for ratio, more_cost in steps:
        if total + more_cost <= budget + 1e-9:
            total += more_cost
        else:
            price = ratio
    return price + 2e-7 * max(1.0, price) if price else 0.0


def price_of_budget__wrong_twenty_halvings(gain, cost, budget):
    """Halves twenty times from an upper end that is the largest ratio of all: where one ratio is large, the last interval is wider than a millionth."""
    gain, cost = np.asarray(gain, float), np.asarray(cost, float)
    if _spent(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, float((gain[:, 1:] / cost[:, 1:]).max()) + 1.0
    for _ in range(20):
        middle = (low + high) / 2
        if _spent(gain, cost, middle) > budget + 1e-9:
            low = middle
        else:
            high = middle
    return high


def price_of_budget__wrong_rounded_to_cents(gain, cost, budget):
    """Rounds the price to two decimals: at the rounded price they may spend too much, or it is too far from the smallest."""
    return round(_halved(gain, cost, budget), 2)


# ------------------------------------------------------------------ allocate_budget


def allocate_budget__right_sorted_list(gain, cost, budget):
    steps = []
    for user, (g, c) in enumerate(zip(gain, cost, strict=True)):
        for face, more_cost, more_gain in _steps_4([float(x) for x in g], [float(x) for x in c]):
            steps.append((-(more_gain / more_cost), user, face, more_cost))
    plan, spent = [0] * len(gain), 0.0
    for _, user, face, more_cost in sorted(steps):
        if spent + more_cost > budget + 1e-9:
            break
        spent += more_cost
        plan[user] = face
    return plan


def allocate_budget__right_heap_again(gain, cost, budget):
    gain, cost = np.array(gain, dtype=float), np.array(cost, dtype=float)
    plan = [0] * len(gain)
    waiting = []

    def offer(user):
        at = plan[user]
        more_gain = gain[user, at + 1 :] - gain[user, at]
        more_cost = cost[user, at + 1 :] - cost[user, at]
        if len(more_gain) == 0 or more_gain.max() <= 0:
            return
        ratio = more_gain / more_cost
        j = np.flatnonzero(ratio >= ratio.max() * (1 - 1e-12))[-1]
        heapq.heappush(waiting, (-ratio[j], user, at + 1 + int(j)))

    for user in range(len(gain)):
        offer(user)
    while waiting:
        _, user, face = heapq.heappop(waiting)
        trial = plan.copy()
        trial[user] = face
        if math.fsum(cost[u, f] for u, f in enumerate(trial)) > budget + 1e-9:
            break
        plan = trial
        offer(user)
    return plan


def allocate_budget__right_arrays(gain, cost, budget):
    users, faces, extra, ratio = [], [], [], []
    for u in range(len(gain)):
        for face, more_cost, more_gain in _steps_4(
            np.asarray(gain[u], float), np.asarray(cost[u], float)
        ):
            users.append(u)
            faces.append(face)
            extra.append(more_cost)
            ratio.append(more_gain / more_cost)
    order = np.lexsort((users, -np.asarray(ratio)))
    fits = (
        np.cumsum(np.asarray(extra)[order]) <= budget + 1e-9 if len(order) else np.array([], bool)
    )
    plan = np.zeros(len(gain), dtype=int)
    for i in order[: int(fits.sum())]:
        plan[users[i]] = faces[i]
    return plan.tolist()


def _all_steps_4(gain, cost, steps=_steps_4):
    return [
        (more_gain / more_cost, user, face, more_cost, more_gain)
        for user, (g, c) in enumerate(zip(gain, cost, strict=True))
        for face, more_cost, more_gain in steps([float(x) for x in g], [float(x) for x in c])
    ]


def _fill(gain, budget, steps, room=1e-9):
    plan, spent = [0] * len(gain), 0.0
    for _, user, face, more_cost, _ in steps:
        if spent + more_cost > budget + room:
            break
        spent += more_cost
        plan[user] = face
    return plan


def allocate_budget__wrong_goes_on_again(gain, cost, budget):
    """Goes on with later steps after one that does not fit: a smaller one may fit, and a user may even get a step without the one before it."""
    plan, left = [0] * len(gain), budget + 1e-9
    for _, user, face, more_cost, _ in sorted(
        _all_steps_4(gain, cost), key=lambda s: (-s[0], s[1])
    ):
        if more_cost <= left:
            left -= more_cost
            plan[user] = face
    return plan


def allocate_budget__wrong_user_blocked(gain, cost, budget):
    """Blocks only the user whose step does not fit, as in break_budget: here the first such step ends everything."""
    plan, left, blocked = [0] * len(gain), budget + 1e-9, set()
    for _, user, face, more_cost, _ in sorted(
        _all_steps_4(gain, cost), key=lambda s: (-s[0], s[1])
    ):
        if user in blocked:
            continue
        if more_cost > left:
            blocked.add(user)
            continue
        left -= more_cost
        plan[user] = face
    return plan


def allocate_budget__wrong_no_room_for_rounding(gain, cost, budget):
    """Compares with the budget itself: three coupons of 0.1 do not fit into 0.3."""
    steps = sorted(_all_steps_4(gain, cost), key=lambda s: (-s[0], s[1]))
    return _fill(gain, budget, steps, room=0.0)


def allocate_budget__wrong_money_must_be_left(gain, cost, budget):
    """Asks that a step costs less than what is left: one that uses the budget up exactly is refused."""
    plan, left = [0] * len(gain), budget
    for _, user, face, more_cost, _ in sorted(
        _all_steps_4(gain, cost), key=lambda s: (-s[0], s[1])
    ):
        if more_cost >= left - 1e-9:
            break
        left -= more_cost
        plan[user] = face
    return plan


def allocate_budget__wrong_higher_user_first_again(gain, cost, budget):
    """Sorts (ratio, user) backwards: of equal ratios the higher user comes first."""
    return _fill(gain, budget, sorted(_all_steps_4(gain, cost), reverse=True))


def allocate_budget__wrong_cheaper_of_equal_ratios(gain, cost, budget):
    """Of equal ratios it takes the cheaper step first, so that more fit: the lower user comes first."""
    steps = sorted(_all_steps_4(gain, cost), key=lambda s: (-s[0], s[3], s[1]))
    return _fill(gain, budget, steps)


def allocate_budget__wrong_ratios_rounded(gain, cost, budget):
    """Rounds ratios to six decimals before it sorts: ratios that differ by less become equal, and the lower user overtakes a better step."""
    steps = sorted(_all_steps_4(gain, cost), key=lambda s: (-round(s[0], 6), s[1]))
    return _fill(gain, budget, steps)


def allocate_budget__wrong_nearest_of_equal_steps(gain, cost, budget):
    """Of equal ratios of one user it takes the nearest face value: the step that leads farthest is the efficient one, and if that does not fit everything ends."""

    def steps(g, c):
        out, at = [], 0
        while True:
            ratios = {
                j: (g[j] - g[at]) / (c[j] - c[at]) for j in range(at + 1, len(g)) if g[j] > g[at]
            }
            if not ratios:
                return out
            best = max(ratios, key=ratios.get)
            out.append((best, c[best] - c[at], g[best] - g[at]))
            at = best

    ordered = sorted(_all_steps_4(gain, cost, steps), key=lambda s: (-s[0], s[1]))
    return _fill(gain, budget, ordered)


def allocate_budget__wrong_neighbouring_faces(gain, cost, budget):
    """Steps lead to the next face value only: a small coupon that does nothing bars the way to a good larger one."""

    def steps(g, c):
        out = []
        for j in range(1, len(g)):
            if g[j] <= g[j - 1]:
                break
            out.append((j, c[j] - c[j - 1], g[j] - g[j - 1]))
        return out

    plan, spent = [0] * len(gain), 0.0
    waiting = {
        u: steps([float(x) for x in g], [float(x) for x in c])
        for u, (g, c) in enumerate(zip(gain, cost))
    }
    while any(waiting.values()):
        user = min(
            (u for u in waiting if waiting[u]),
            key=lambda u: (-waiting[u][0][2] / waiting[u][0][1], u),
        )
        face, more_cost, _ = waiting[user].pop(0)
        if spent + more_cost > budget + 1e-9:
            break
        spent += more_cost
        plan[user] = face
    return plan


def allocate_budget__wrong_full_cost_of_an_upgrade(gain, cost, budget):
    """Charges the full cost of the new face value for an upgrade: the old coupon is not given as well, so the money ends too early."""
    plan, spent = [0] * len(gain), 0.0
    for _, user, face, _, _ in sorted(_all_steps_4(gain, cost), key=lambda s: (-s[0], s[1])):
        if spent + cost[user][face] > budget + 1e-9:
            break
        spent += float(cost[user][face])
        plan[user] = face
    return plan


def allocate_budget__wrong_whole_ratio(gain, cost, budget):
    """Sorts by the whole gain over the whole cost of the new face value, not by the extra ones: an upgrade of a user with a good first coupon comes too early."""
    steps = sorted(
        _all_steps_4(gain, cost),
        key=lambda s: (-float(gain[s[1]][s[2]]) / float(cost[s[1]][s[2]]), s[1], s[2]),
    )
    return _fill(gain, budget, steps)


def allocate_budget__wrong_first_step_only(gain, cost, budget):
    """Gives each user her best first step and no upgrade."""
    first = [s for s in _all_steps_4(gain, cost)]
    seen, steps = set(), []
    for s in first:
        if s[1] not in seen:
            seen.add(s[1])
            steps.append(s)
    return _fill(gain, budget, sorted(steps, key=lambda s: (-s[0], s[1])))


def allocate_budget__wrong_largest_extra_gain(gain, cost, budget):
    """Takes the steps in falling order of extra gain, whatever they cost."""
    return _fill(gain, budget, sorted(_all_steps_4(gain, cost), key=lambda s: (-s[4], s[1])))


def allocate_budget__wrong_steps_counted(gain, cost, budget):
    """Adds 1 to a user's index for each step: where a step skips a face value the index is too small."""
    plan, spent = [0] * len(gain), 0.0
    for _, user, _, more_cost, _ in sorted(_all_steps_4(gain, cost), key=lambda s: (-s[0], s[1])):
        if spent + more_cost > budget + 1e-9:
            break
        spent += more_cost
        plan[user] += 1
    return plan


# ------------------------------------------------------------------ kill_allocation


def _bound_4(gain, cost, budget):
    g, c = np.asarray(gain, float), np.asarray(cost, float)
    price = _halved(g, c, budget)
    return float((g - price * c).max(axis=1).sum() + price * budget)


def _keeps(fn, gain, cost, budget, slack=1e-6):
    n = len(gain)
    plan = fn([list(r) for r in gain], [list(r) for r in cost], budget)
    plan = list(plan)
    if len(plan) != n:
        return False
    for u, f in enumerate(plan):
        if int(f) != f or not 0 <= f < len(gain[u]):
            return False
    plan = [int(f) for f in plan]
    paid = math.fsum(cost[u][f] for u, f in enumerate(plan))
    got = math.fsum(gain[u][f] for u, f in enumerate(plan))
    largest = max((s[2] for g, c in zip(gain, cost) for s in _steps_4(g, c)), default=0.0)
    return paid <= budget + slack and got >= _bound_4(gain, cost, budget) - largest - slack


def _market(rng, n, faces=4):
    cost = np.cumsum(rng.uniform(0.2, 3.0, (n, faces - 1)), axis=1)
    slope = rng.uniform(-0.5, 4.0, (n, faces - 1))
    gain = np.cumsum(slope * rng.uniform(0.2, 3.0, (n, faces - 1)), axis=1)
    zero = np.zeros((n, 1))
    return np.hstack([zero, gain]).tolist(), np.hstack([zero, cost]).tolist()


def kill_allocation__right_random_again(fn):
    rng = np.random.default_rng(0)
    for trial in range(40):
        n = [1, 2, 30, 200][trial % 4]
        gain, cost = _market(rng, n, [2, 3, 4, 5][trial // 4 % 4])
        all_of_it = sum(c[-1] for c in cost)
        for share in (0.0, 0.05, 0.3, 0.7, 1.5):
            if not _keeps(fn, gain, cost, share * all_of_it):
                return False
    return kill_allocation__right_kinds_of_users(fn)


def kill_allocation__right_kinds_of_users(fn):
    kinds = {
        "equal": ([0, 4, 6], [0, 1.5, 4]),
        "s_shaped": ([0, 0.2, 9], [0, 2, 5]),
        "harm": ([0, -1, -3], [0, 1, 2]),
        "harm_then_good": ([0, -1, 5], [0, 1, 2.5]),
        "peak": ([0, 5, 3], [0, 1, 4]),
        "cheap": ([0, 0.3, 0.35], [0, 0.05, 0.4]),
        "dear": ([0, 40, 60], [0, 20, 45]),
        "upgrade": ([0, 2, 7.5], [0, 1, 4]),
        "tenths": ([0, 0.2, 0.25], [0, 0.1, 0.2]),
        "nothing": ([0, 0, 0], [0, 1, 2]),
        "rich": ([0, 500, 900], [0, 1, 2]),
    }
    names = list(kinds)
    crowds = [[k] * 50 for k in names] + [[k] for k in names] + [names * 8, names[::-1] * 3]
    crowds += [[a] * 30 + [b] * 30 for a in names for b in names if a < b]
    for crowd in crowds:
        gain = [list(map(float, kinds[k][0])) for k in crowd]
        cost = [list(map(float, kinds[k][1])) for k in crowd]
        most = sum(c[-1] for c in cost)
        for budget in (0.0, 0.3, 0.1 * most, 0.25 * most, 0.5 * most, 0.9 * most, 2 * most):
            if not _keeps(fn, gain, cost, budget):
                return False
    return True


def kill_allocation__right_linear_programme_again(fn):
    """The bound from a linear programme instead of a price."""
    from scipy.optimize import linprog

    rng = np.random.default_rng(5)
    try:
        for trial in range(24):
            n = [1, 40, 80, 120][trial % 4]
            if trial % 3 == 0:
                gain, cost = _market(rng, 4)
                gain, cost = (gain * n)[:n], (cost * n)[:n]
            else:
                gain, cost = _market(rng, n, 4)
            if trial % 5 == 0:
                gain = [[0, 0.01, *row[2:]] for row in gain]
            budget = float(sum(c[-1] for c in cost) * [0.02, 0.1, 0.35, 0.6, 1.1, 0][trial % 6])
            g, c = np.array(gain), np.array(cost)
            k = g.shape[1]
            rows = np.kron(np.eye(n), np.ones(k))
            best = -linprog(
                -g.ravel(), A_ub=[c.ravel()], b_ub=[budget], A_eq=rows, b_eq=np.ones(n)
            ).fun
            plan = np.asarray(fn(gain, cost, budget))
            assert plan.shape == (n,) and np.array_equal(plan, np.floor(plan))
            plan = plan.astype(int)
            assert plan.min() >= 0 and plan.max() < k
            assert c[np.arange(n), plan].sum() <= budget + 1e-6
            largest = max((s[2] for a, b in zip(gain, cost) for s in _steps_4(a, b)), default=0.0)
            assert g[np.arange(n), plan].sum() >= best - largest - 1e-6
    except Exception:
        return False
    return True


_EXAMPLE = ([[0, 1.5, 3], [0, 4, 6], [0, 1.25, 10]], [[0, 2.75, 6], [0, 1.5, 4], [0, 1.25, 6]])


def kill_allocation__wrong_same_plan(fn):
    """Demands the plan of allocate_budget: of equal users right plans choose others, and a plan that fills the rest of the budget is right too."""
    rng = np.random.default_rng(0)
    for n in (3, 30):
        gain, cost = _market(rng, n)
        gain, cost = gain + gain, cost + cost
        for share in (0.1, 0.3, 0.6):
            budget = share * sum(c[-1] for c in cost)
            if list(fn(gain, cost, budget)) != allocate_budget__right_sorted_list(
                gain, cost, budget
            ):
                return False
    return True


def kill_allocation__wrong_example_only(fn):
    """Tries the three users of the docstring: with few users one step is a large part of the whole, and most mistakes pass."""
    gain, cost = _EXAMPLE
    return _keeps(fn, gain, cost, 7.5)


def kill_allocation__wrong_lists_demanded(fn):
    """Demands a list: a tuple or an array with the same plan is as good."""
    if not isinstance(fn(*_EXAMPLE, 7.5), list):
        return False
    return kill_allocation__right_random_again(fn)


def kill_allocation__wrong_budget_only_again(fn):
    """Looks at the cost alone: a plan that gives nobody anything keeps within every budget, and so do most wrong ones."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        gain, cost = _market(rng, 40)
        plan = fn(gain, cost, 30.0)
        if len(plan) != 40 or sum(c[int(f)] for c, f in zip(cost, plan)) > 30.0 + 1e-6:
            return False
    return True


def kill_allocation__wrong_bound_itself(fn):
    """Demands the bound without the one step less: no plan of whole coupons need reach it, so right ones are rejected."""
    rng = np.random.default_rng(0)
    for _ in range(10):
        gain, cost = _market(rng, 50)
        budget = 0.3 * sum(c[-1] for c in cost)
        plan = fn(gain, cost, budget)
        if sum(g[int(f)] for g, f in zip(gain, plan)) < _bound_4(gain, cost, budget) - 1e-6:
            return False
    return kill_allocation__right_random_again(fn)


def kill_allocation__wrong_no_room_for_rounding(fn):
    """Compares the cost with the budget without a tolerance: three coupons of 0.1 cost 0.30000000000000004, and a right plan is rejected."""
    gain, cost = [[0, 0.2, 0.2]] * 3, [[0, 0.1, 0.5]] * 3
    plan = fn([list(g) for g in gain], [list(c) for c in cost], 0.3)
    total = 0.0
    for c, f in zip(cost, plan):
        total += c[int(f)]
    return total <= 0.3 and kill_allocation__right_random_again(fn)


def kill_allocation__wrong_budget_used_up(fn):
    """Demands that nine tenths of the budget are spent: where the steps are large, or the rest of the coupons lose, less is right."""
    rng = np.random.default_rng(0)
    for n, share in ((4, 0.3), (40, 0.5), (40, 1.0), (40, 2.0)):
        gain, cost = _market(rng, n)
        budget = share * sum(c[-1] for c in cost)
        plan = fn(gain, cost, budget)
        if sum(c[int(f)] for c, f in zip(cost, plan)) < 0.9 * budget:
            return False
    return kill_allocation__right_random_again(fn)


def kill_allocation__wrong_few_users(fn):
    """Takes three pairs of users: the promise allows one step less than the bound, and with so few users nearly any plan keeps it."""
    rng = np.random.default_rng(0)
    for _ in range(3):
        gain, cost = _market(rng, 2, 3)
        if not _keeps(fn, gain, cost, 0.5 * sum(c[-1] for c in cost)):
            return False
    return True


def kill_allocation__wrong_one_face_value(fn):
    """Uses one coupon besides none: upgrades and useless small coupons, in which most of the mistakes lie, do not occur."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        cost = [[0.0, float(x)] for x in rng.uniform(1, 3, 60)]
        gain = [[0.0, float(x)] for x in rng.uniform(1, 3, 60)]
        if not _keeps(fn, gain, cost, 40.0):
            return False
    return True


def kill_allocation__wrong_money_for_everybody(fn):
    """Always gives enough money for everybody's largest coupon: who comes first never matters."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        gain, cost = _market(rng, 50)
        gain = [sorted(g) if min(g) >= 0 else [0.0, 1.0, 1.5, 1.8] for g in gain]
        if not _keeps(fn, gain, cost, 2 * sum(c[-1] for c in cost)):
            return False
    return True


def kill_allocation__wrong_all_users_equal(fn):
    """Uses equal users alone, whose small coupon is the best: in which order they are served can make no difference."""
    for n in (5, 20, 100):
        gain, cost = [[0, 4.0, 5.0]] * n, [[0, 1.0, 3.0]] * n
        for share in (0.1, 0.5, 1.0):
            if not _keeps(fn, gain, cost, share * n):
                return False
    return True


def kill_allocation__wrong_coupons_for_all_who_gain(fn):
    """Demands that nobody who gains from a coupon stays without one while another has the largest: upgrades of good users may come first."""
    rng = np.random.default_rng(0)
    for _ in range(10):
        gain, cost = _market(rng, 50)
        plan = fn(gain, cost, 0.3 * sum(c[-1] for c in cost))
        without = any(int(f) == 0 and max(g) > 0 for g, f in zip(gain, plan))
        if without and any(int(f) == 3 for f in plan):
            return False
    return kill_allocation__right_random_again(fn)


TRUE |= {
    "price_of_budget__wrong_at_most_one_again": ("price_below_one",),
    "price_of_budget__wrong_at_most_hundred": ("price_below_a_limit",),
    "price_of_budget__wrong_lower_end_again": ("overspending_side_returned",),
    "price_of_budget__wrong_less_than_the_budget": ("budget_not_used_up",),
    "price_of_budget__wrong_no_room_for_rounding": ("no_room_in_the_price",),
    "price_of_budget__wrong_last_step_that_fits": ("ratio_of_the_last_step_paid",),
    "price_of_budget__wrong_neighbouring_steps": ("ratios_between_neighbours",),
    "allocate_budget__wrong_goes_on_again": ("goes_on_after_the_first",),
    "allocate_budget__wrong_user_blocked": ("goes_on_after_the_first",),
    "allocate_budget__wrong_no_room_for_rounding": ("no_room_for_rounding",),
    "allocate_budget__wrong_money_must_be_left": ("budget_never_used_up",),
    "allocate_budget__wrong_higher_user_first_again": ("higher_user_first",),
    "allocate_budget__wrong_cheaper_of_equal_ratios": ("equal_ratios_by_size",),
    "allocate_budget__wrong_full_cost_of_an_upgrade": ("upgrade_charged_in_full",),
    "allocate_budget__wrong_first_step_only": ("best_ratio_never_upgraded",),
    "allocate_budget__wrong_largest_extra_gain": ("largest_step_first",),
    "allocate_budget__wrong_steps_counted": ("steps_counted",),
    "kill_allocation__wrong_example_only": ("accepts_any_plan",),
    "kill_allocation__wrong_budget_only_again": ("checks_the_budget_only",),
    "kill_allocation__wrong_bound_itself": ("rejects_any_plan",),
    "kill_allocation__wrong_no_room_for_rounding": ("rejects_any_plan",),
    "kill_allocation__wrong_budget_used_up": ("rejects_any_plan",),
    "kill_allocation__wrong_few_users": ("checks_the_budget_only",),
    "kill_allocation__wrong_coupons_for_all_who_gain": ("rejects_any_plan",),
}
