"""Natural answers, right and wrong, written from the statements of notebook 11 alone."""

from scipy import optimize, stats
from bisect import bisect_left
from sklearn.ensemble import RandomForestClassifier
import copy
from scipy.optimize import isotonic_regression, minimize_scalar
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
        for n in (1, 3, 40):
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
        for n in (1, 2, 12):
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
    for k in range(16):
        n, faces = rng.choice([1, 5, 40, 80]), rng.choice([2, 3, 4])
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


_BU_FACES = (0, 5, 10)


_BU_DEFECTS = (
    "highest_conversion",
    "largest_gain_first",
    "cost_is_face",
    "cost_of_new_buyers",
    "never_upgraded",
    "steps_between_neighbours",
)


def _bu_exact(x):
    return Fraction(str(x))


def _bu_true(p, value):
    gain = [[_bu_exact(w) * (_bu_exact(x) - _bu_exact(r[0])) for x in r] for r, w in zip(p, value)]
    cost = [[f * _bu_exact(x) for f, x in zip(_BU_FACES, r)] for r in p]
    return gain, cost


def _bu_steps(gain, planned, budget, neighbours=False, later_first=False):
    n = len(gain)
    face, left, blocked = [0] * n, budget, [False] * n
    while True:
        best = None
        for u in sorted(range(n), reverse=later_first):
            now = face[u]
            last = min(now + 2, 3) if neighbours else 3
            for v in range(now + 1, last):
                extra, paid = gain[u][v] - gain[u][now], planned[u][v] - planned[u][now]
                if blocked[u] or extra <= 0:
                    continue
                if (
                    best is None
                    or (extra / paid, v) > best[:2]
                    and (extra / paid > best[0] or best[2] == u)
                ):
                    best = (extra / paid, v, u, paid)
        if best is None:
            return face
        _, v, u, paid = best
        if paid <= left:
            face[u], left = v, left - paid
        else:
            blocked[u] = True


def _bu_served(score, cost, budget, later_first=False):
    n = len(score)
    meant = [max(range(3), key=lambda v: (row[v], -v)) for row in score]
    order = sorted(range(n), key=lambda u: (-score[u][meant[u]], -u if later_first else u))
    face = [0] * n
    for u in order:
        if cost[u][meant[u]] <= budget:
            face[u] = meant[u]
            budget -= cost[u][meant[u]]
    return face


def _bu_plan(p, value, budget, defect=None, later_first=False):
    gain, cost = _bu_true(p, value)
    budget, exact = _bu_exact(budget), [[_bu_exact(x) for x in row] for row in p]
    if defect == "highest_conversion":
        return _bu_served(exact, cost, budget, later_first)
    if defect == "largest_gain_first":
        return _bu_served(gain, cost, budget, later_first)
    if defect == "never_upgraded":
        ratio = [[0] + [g[v] / c[v] for v in (1, 2)] for g, c in zip(gain, cost)]
        return _bu_served(ratio, cost, budget, later_first)
    planned = cost
    if defect == "cost_is_face":
        planned = [list(map(Fraction, _BU_FACES)) for _ in p]
    if defect == "cost_of_new_buyers":
        planned = [[f * (x - r[0]) for f, x in zip(_BU_FACES, r)] for r in exact]
    return _bu_steps(gain, planned, budget, defect == "steps_between_neighbours", later_first)


def _bu_total(p, value, face):
    gain, cost = _bu_true(p, value)
    return tuple(round(float(sum(t[u][v] for u, v in enumerate(face))), 6) for t in (gain, cost))


def _bu_faults(p, value, budget, defect):
    """The conditions of the statement that an input violates (ties in both orders)."""
    faults = []
    if not 2 <= len(p) <= 4:
        faults.append("users")
    if any(len(r) != 3 or not all(0 <= x <= 1 for x in r) for r in p):
        faults.append("chances")
    if any(r[0] > r[1] or r[1] > r[2] for r in p):
        faults.append("falls")
    if any(r[1] <= 0 or r[2] <= 0 for r in p):
        faults.append("zero")
    if len(value) != len(p) or not all(1 <= w <= 100 for w in value):
        faults.append("value")
    if not 0 <= budget <= 200:
        faults.append("budget")
    if {"zero", "falls"} & set(faults):
        return faults
    gain, cost = _bu_true(p, value)
    best = max(
        sum(gain[u][v] for u, v in enumerate(face))
        for face in itertools.product(range(3), repeat=len(p))
        if sum(cost[u][v] for u, v in enumerate(face)) <= _bu_exact(budget)
    )
    for later in (False, True):
        right = _bu_plan(p, value, budget, None, later)
        if sum(gain[u][v] for u, v in enumerate(right)) < best:
            faults.append("not best")
        flawed = _bu_plan(p, value, budget, defect, later)
        if _bu_total(p, value, right) == _bu_total(p, value, flawed):
            faults.append("same")
    return faults


def _bu_random(rng, n):
    p = [sorted(rng.randint(0, 20) / 20 for _ in range(3)) for _ in range(n)]
    p = [[a, max(b, 0.05), max(c, 0.05)] for a, b, c in p]
    return p, [float(rng.randint(1, 100)) for _ in range(n)], rng.randint(1, 40) / 2


def break_budget__right_one_for_all(defect):
    """One input of three users shows all six defects."""
    return [[0.0, 0.1, 0.4], [0.25, 0.4, 0.6], [0.4, 0.4, 0.9]], [63.0, 3.0, 21.0], 15.5


def break_budget__right_random_search_once_more(defect):
    """Own generator; tries inputs until no condition is violated, for ties in any order."""
    rng = random.Random(defect)
    while True:
        case = _bu_random(rng, rng.randint(2, 4))
        p, value, budget = case
        if all(not _bu_faults(p, value, b, defect) for b in (budget, budget + 1e-7)):
            if not _bu_faults(p, value, max(budget - 1e-7, 0), defect):
                return case


def break_budget__right_table_once_more(defect):
    """A small case by hand for each defect."""
    return {
        "highest_conversion": ([[0.9, 0.9, 0.95], [0.1, 0.5, 0.5]], [20.0, 20.0], 10.0),
        "largest_gain_first": (
            [[0.1, 0.2, 0.9], [0.1, 0.6, 0.6], [0.1, 0.6, 0.6]],
            [100.0, 100.0, 99.0],
            9.5,
        ),
        "cost_is_face": ([[0.1, 0.3, 0.3], [0.1, 0.2, 0.2]], [50.0, 50.0], 3.0),
        "cost_of_new_buyers": ([[0.8, 0.9, 0.9], [0.0, 0.5, 0.5]], [90.0, 60.0], 4.6),
        "never_upgraded": ([[0.1, 0.3, 0.6], [0.1, 0.2, 0.2]], [80.0, 10.0], 7.5),
        "steps_between_neighbours": ([[0.1, 0.1, 0.5], [0.1, 0.2, 0.2]], [80.0, 30.0], 6.5),
    }[defect]


def break_budget__right_at_the_limits(defect):
    """Four users; chances from 0 to 1, order values of 1 and 100 USD, any budget up to 200."""
    rng = random.Random(11)
    while True:
        p = [sorted([rng.choice([0, 0.5]), *rng.choices([0.05, 0.3, 1], k=2)]) for _ in range(4)]
        p = [[r[0], r[1] or 0.05, r[2]] for r in p]
        value = [float(rng.choice([1, 100])) for _ in range(4)]
        budget = rng.uniform(0, 30)
        if not _bu_faults(p, value, budget, defect):
            return p, value, budget


def _bu_patched(defect, wanted, case):
    return case if defect == wanted else break_budget__right_one_for_all(defect)


def break_budget__wrong_everybody_is_paid(defect):
    """largest_gain_first: the budget pays for all, so the order does not matter."""
    case = [[0.1, 0.2, 0.9], [0.1, 0.6, 0.7]], [100.0, 100.0], 100.0
    return _bu_patched(defect, "largest_gain_first", case)


def break_budget__wrong_all_redeem(defect):
    """cost_is_face: everybody with a coupon buys for certain, so the face value is the cost."""
    case = [[0.2, 1.0, 1.0], [0.5, 1.0, 1.0]], [50.0, 50.0], 7.0
    return _bu_patched(defect, "cost_is_face", case)


def break_budget__wrong_nobody_buys_anyway_once_more(defect):
    """cost_of_new_buyers: without a coupon nobody buys, so new buyers are all buyers."""
    case = [[0.0, 0.4, 0.5], [0.0, 0.2, 0.6]], [90.0, 60.0], 4.0
    return _bu_patched(defect, "cost_of_new_buyers", case)


def break_budget__wrong_no_money_for_upgrade(defect):
    """never_upgraded: a better second coupon, but the budget ends before the upgrade."""
    case = [[0.1, 0.3, 0.6], [0.1, 0.2, 0.2]], [80.0, 10.0], 2.6
    return _bu_patched(defect, "never_upgraded", case)


def break_budget__wrong_second_coupon_less_good(defect):
    """steps_between_neighbours: ratios fall from 5 to 10 USD, so nobody skips a face value."""
    case = [[0.1, 0.5, 0.6], [0.1, 0.3, 0.35]], [80.0, 80.0], 5.0
    return _bu_patched(defect, "steps_between_neighbours", case)


def break_budget__wrong_right_plan_not_best(defect):
    """largest_gain_first: the flawed plan is the best one (gain 40; steps by ratio 10)."""
    case = [[0.0, 0.1, 0.1], [0.1, 0.9, 0.9]], [100.0, 50.0], 4.6
    return _bu_patched(defect, "largest_gain_first", case)


def break_budget__wrong_chances_fall(defect):
    """highest_conversion: a coupon of 10 USD puts a user off, so her chances fall."""
    case = [[0.9, 0.95, 0.85], [0.1, 0.5, 0.5]], [20.0, 20.0], 5.0
    return _bu_patched(defect, "highest_conversion", case)


def break_budget__wrong_chance_of_zero(defect):
    """steps_between_neighbours: the chance with 5 USD is 0, and it must be above 0."""
    case = [[0.0, 0.0, 0.5], [0.1, 0.2, 0.2]], [80.0, 30.0], 6.5
    return _bu_patched(defect, "steps_between_neighbours", case)


def break_budget__wrong_equal_users(defect):
    """largest_gain_first: another user gets the money, but gain and cost are the same in total."""
    case = [[0.1, 0.5, 0.5], [0.3, 0.5, 0.5]], [50.0, 100.0], 2.6
    return _bu_patched(defect, "largest_gain_first", case)


def break_budget__wrong_below_six_digits(defect):
    """highest_conversion: the totals differ by 3e-8 USD only."""
    case = [[0.1, 0.5, 0.5], [0.1, 0.500000001, 0.500000001]], [50.0, 49.9999998], 2.6
    return _bu_patched(defect, "highest_conversion", case)


def break_budget__wrong_order_of_150(defect):
    """cost_of_new_buyers: an order of 150 USD, above the limit of 100."""
    case = [[0.8, 0.9, 0.9], [0.0, 0.5, 0.5]], [150.0, 100.0], 4.6
    return _bu_patched(defect, "cost_of_new_buyers", case)


def break_budget__wrong_same_plan_by_chance(defect):
    """cost_is_face: the first coupon does not fit in either plan, and the second fits in both."""
    case = [[0.1, 0.9, 0.9], [0.1, 0.9, 0.9]], [90.0, 20.0], 5.5
    return _bu_patched(defect, "cost_is_face", case)


def gain_and_cost__right_broadcast_once_more(p, order_value, faces):
    """Columns and broadcasting."""
    p = np.asarray(p, dtype=float)
    value = np.asarray(order_value, dtype=float)[:, None]
    return value * (p - p[:, :1]), p * np.asarray(faces, dtype=float)


def gain_and_cost__right_loops_once_more(p, order_value, faces):
    """Plain loops over rows and face values, arrays at the end."""
    rows, faces = np.array(p).tolist(), np.array(faces).tolist()
    gain = [[w * (x - r[0]) for x in r] for r, w in zip(rows, np.array(order_value).tolist())]
    cost = [[f * x for f, x in zip(faces, r)] for r in rows]
    shape = (len(rows), len(faces))
    return np.array(gain, float).reshape(shape), np.array(cost, float).reshape(shape)


def gain_and_cost__right_diagonal(p, order_value, faces):
    """Matrix products: values scale rows, faces scale columns, a matrix subtracts column 0."""
    p = np.array(p, dtype=float)
    less_first = np.eye(p.shape[1])
    less_first[0] -= 1
    gain = np.einsum("u,uk,kv->uv", np.array(order_value, float), p, less_first)
    return gain, p @ np.diag(np.array(faces, float))


def gain_and_cost__right_frames(p, order_value, faces):
    """pandas by columns, labels thrown away first."""
    p = pd.DataFrame(np.array(p, dtype=float))
    gain = p.sub(p[0], axis=0).mul(np.array(order_value, dtype=float), axis=0)
    return gain.to_numpy(), p.mul(np.array(faces, dtype=float), axis=1).to_numpy()


def gain_and_cost__wrong_gain_clipped(p, order_value, faces):
    """A loss is set to 0: p [[0.5, 0.4]] has a negative gain."""
    gain, cost = gain_and_cost__right_broadcast_once_more(p, order_value, faces)
    return np.maximum(gain, 0), cost


def gain_and_cost__wrong_dtype_of_p(p, order_value, faces):
    """The results get the dtype of p: [[0, 1]] with an order of 2.5 USD gives a gain of 2."""
    p = np.asarray(p)
    gain, cost = np.zeros_like(p), np.zeros_like(p)
    for u in range(p.shape[0]):
        for v in range(p.shape[1]):
            gain[u, v] = np.asarray(order_value)[u] * (p[u, v] - p[u, 0])
            cost[u, v] = np.asarray(faces)[v] * p[u, v]
    return gain, cost


def gain_and_cost__wrong_value_along_faces_once_more(p, order_value, faces):
    """No column of order values: as many users as faces mixes them up, [[.1, .2], [.1, .3]]."""
    p = np.asarray(p, dtype=float)
    return np.asarray(order_value, float) * (p - p[:, :1]), p * np.asarray(faces, float)


def gain_and_cost__wrong_base_of_first_user(p, order_value, faces):
    """p[0, 0] is subtracted from everybody: wrong for the second of [[.1, .2], [.3, .4]]."""
    p = np.asarray(p, dtype=float)
    return np.asarray(order_value, float)[:, None] * (p - p[0, 0]), p * np.asarray(faces, float)


def gain_and_cost__wrong_base_as_row(p, order_value, faces):
    """p[:, 0] as a row: wrong for two users and two faces, [[.1, .2], [.3, .4]]."""
    p = np.asarray(p, dtype=float)
    return np.asarray(order_value, float)[:, None] * (p - p[:, 0]), p * np.asarray(faces, float)


def gain_and_cost__wrong_p_changed(p, order_value, faces):
    """Subtracts in place: an array p of floats is changed."""
    p = np.asarray(p, dtype=float)
    cost = p * np.asarray(faces, dtype=float)
    p -= p[:, :1].copy()
    return np.asarray(order_value, float)[:, None] * p, cost


def gain_and_cost__wrong_faces_of_notebook(p, order_value, faces):
    """The faces 0, 5, 10, 20 of the notebook are used: faces [0, 3] gives another cost."""
    p = np.asarray(p, dtype=float)
    known = np.array([0.0, 5.0, 10.0, 20.0])[: p.shape[1]]
    return gain_and_cost__right_broadcast_once_more(p, order_value, faces)[0], p * known


def gain_and_cost__wrong_made_monotone(p, order_value, faces):
    """Chances that fall are lifted first: [[0.5, 0.4]] is taken as [[0.5, 0.5]]."""
    p = np.maximum.accumulate(np.asarray(p, dtype=float), axis=1)
    return gain_and_cost__right_broadcast_once_more(p, order_value, faces)


def gain_and_cost__wrong_buyers_anyway_kept(p, order_value, faces):
    """Who would have bought anyway is paid for, even if put off: [[0.5, 0.4]] costs face x 0.5."""
    gain, _ = gain_and_cost__right_broadcast_once_more(p, order_value, faces)
    p = np.asarray(p, dtype=float)
    return gain, np.maximum(p, p[:, :1]) * np.asarray(faces, dtype=float)


def gain_and_cost__wrong_cents(p, order_value, faces):
    """Money is rounded to cents: 0.001 x 5 USD is 0.005 USD."""
    gain, cost = gain_and_cost__right_broadcast_once_more(p, order_value, faces)
    return gain.round(2), cost.round(2)


def monotone_response__right_pools_once_more(rate, n):
    """A stack of pools."""
    pools = []
    for r, w in zip(np.asarray(rate, dtype=float), np.asarray(n, dtype=float)):
        pools.append([r, w, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            r1, w1, k1 = pools.pop()
            r0, w0, k0 = pools.pop()
            pools.append([(r0 * w0 + r1 * w1) / (w0 + w1), w0 + w1, k0 + k1])
    return np.array([r for r, _, k in pools for _ in range(k)], dtype=float)


def monotone_response__right_max_min_once_more(rate, n):
    """The max-min formula over all windows, in exact fractions."""
    rate, n = np.asarray(rate, float).tolist(), np.asarray(n, float).tolist()
    buyers = [0, *itertools.accumulate(Fraction(r) * Fraction(w) for r, w in zip(rate, n))]
    total = [0, *itertools.accumulate(map(Fraction, n))]

    def mean(i, j):
        return (buyers[j] - buyers[i]) / (total[j] - total[i])

    k_all = range(len(rate))
    curve = [
        max(min(mean(i, j + 1) for j in range(k, len(rate))) for i in range(k + 1)) for k in k_all
    ]
    return np.array([float(x) for x in curve], dtype=float)


def monotone_response__right_minorant(rate, n):
    """Slopes of the greatest convex minorant of buyers against users, by recursion."""
    rate, n = np.asarray(rate, dtype=float), np.asarray(n, dtype=float)
    if not len(rate):
        return np.zeros(0)
    means = np.cumsum(rate * n) / np.cumsum(n)
    end = len(means) - int(np.argmin(means[::-1]))
    level = np.full(end, math.fsum(rate[:end] * n[:end]) / math.fsum(n[:end]))
    rest = monotone_response__right_minorant(rate[end:], n[end:])
    return np.maximum.accumulate(np.concatenate([level, rest]))


def monotone_response__right_sklearn_once_more(rate, n):
    """IsotonicRegression on the positions, with the users as weights."""
    rate = np.array(rate, dtype=float)
    if rate.size == 0:
        return rate
    model = IsotonicRegression(increasing=True)
    weight = np.array(n, dtype=float)
    return model.fit(np.arange(rate.size), rate, sample_weight=weight).predict(np.arange(rate.size))


def monotone_response__right_scipy_once_more(rate, n):
    """scipy's isotonic_regression."""
    rate = np.array(rate, dtype=float)
    if not rate.size:
        return rate
    return optimize.isotonic_regression(rate, weights=np.array(n, dtype=float)).x


def monotone_response__wrong_no_way_back(rate, n):
    """Only the last two pools are merged, once: [0.3, 0.4, 0.1] with equal n still falls."""
    pools = []
    for r, w in zip(np.asarray(rate, dtype=float), np.asarray(n, dtype=float)):
        pools.append([r, w, 1])
        if len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            r1, w1, k1 = pools.pop()
            r0, w0, k0 = pools.pop()
            pools.append([(r0 * w0 + r1 * w1) / (w0 + w1), w0 + w1, k0 + k1])
    return np.array([r for r, _, k in pools for _ in range(k)], dtype=float)


def monotone_response__wrong_weight_of_pool_lost(rate, n):
    """A pool keeps only the last weight: [0.4, 0.3, 0.1], equal n, gives 0.225 and not 0.267."""
    pools = []
    for r, w in zip(np.asarray(rate, dtype=float), np.asarray(n, dtype=float)):
        pools.append([r, w, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            r1, w1, k1 = pools.pop()
            r0, w0, k0 = pools.pop()
            pools.append([(r0 * w0 + r1 * w1) / (w0 + w1), w1, k0 + k1])
    return np.array([r for r, _, k in pools for _ in range(k)], dtype=float)


def monotone_response__wrong_raw_neighbours(rate, n):
    """Pools wherever neighbouring raw rates fall: [0.3, 0.1, 0.15], equal n, still falls."""
    rate, n = np.asarray(rate, dtype=float), np.asarray(n, dtype=float)
    curve, start = np.zeros(len(rate)), 0
    for i in range(1, len(rate) + 1):
        if i == len(rate) or rate[i] >= rate[i - 1]:
            curve[start:i] = np.average(rate[start:i], weights=n[start:i])
            start = i
    return curve


def monotone_response__wrong_direction_by_data(rate, n):
    """The direction follows from both ends: the falling rates [0.4, 0.1] stay as they are."""
    rate = np.array(rate, dtype=float)
    if rate.size < 2:
        return rate
    model = IsotonicRegression(increasing=bool(rate[0] <= rate[-1]))
    return model.fit_transform(np.arange(rate.size), rate, sample_weight=np.array(n, dtype=float))


def monotone_response__wrong_by_label(rate, n):
    """rate[i] is a label in a Series: index [1, 0] turns the rates round."""
    rate = [rate[i] for i in range(len(rate))]
    return monotone_response__right_pools_once_more(rate, [n[i] for i in range(len(rate))])


def monotone_response__wrong_aligned(rate, n):
    """Series are multiplied by label: rate with index [0, 5] and n with [5, 0] are mixed up."""
    buyers = rate * n if isinstance(rate, pd.Series) else np.array(rate) * np.array(n)
    weight = np.asarray(n, dtype=float)
    return monotone_response__right_pools_once_more(np.asarray(buyers) / weight, weight)


def monotone_response__wrong_empty_once_more(rate, n):
    """No rates: the loop reads rate[0], and an exception leaves."""
    rate, n = np.asarray(rate, dtype=float), np.asarray(n, dtype=float)
    pools = [[rate[0], n[0], 1]]
    for r, w in zip(rate[1:], n[1:]):
        pools.append([r, w, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            r1, w1, k1 = pools.pop()
            r0, w0, k0 = pools.pop()
            pools.append([(r0 * w0 + r1 * w1) / (w0 + w1), w0 + w1, k0 + k1])
    return np.array([r for r, _, k in pools for _ in range(k)])


def monotone_response__wrong_ints_stay_ints(rate, n):
    """Filled into a copy of rate: the integers [1, 0] give [0, 0] and not [0.5, 0.5]."""
    curve = np.array(rate)
    curve[:] = monotone_response__right_pools_once_more(rate, n)
    return curve


def monotone_response__wrong_in_place(rate, n):
    """Pools in the array that was given: an array of floats is changed."""
    curve = np.asarray(rate, dtype=float)
    curve[:] = monotone_response__right_pools_once_more(rate, n)
    return curve


def monotone_response__wrong_small_falls_left(rate, n):
    """A fall below 0.001 counts as none: [0.3, 0.2995] still falls."""
    pools = []
    for r, w in zip(np.asarray(rate, dtype=float), np.asarray(n, dtype=float)):
        pools.append([r, w, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0] + 1e-3:
            r1, w1, k1 = pools.pop()
            r0, w0, k0 = pools.pop()
            pools.append([(r0 * w0 + r1 * w1) / (w0 + w1), w0 + w1, k0 + k1])
    return np.array([r for r, _, k in pools for _ in range(k)], dtype=float)


def monotone_response__wrong_mean_of_pool_means(rate, n):
    """Pools of several rates count as one: n of a pool is its mean, [0.4, 0.3, 0.1] gives 0.225."""
    pools = []
    for r, w in zip(np.asarray(rate, dtype=float), np.asarray(n, dtype=float)):
        pools.append([r, w, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            r1, w1, k1 = pools.pop()
            r0, w0, k0 = pools.pop()
            pools.append([(r0 * w0 + r1 * w1) / (w0 + w1), (w0 + w1) / 2, k0 + k1])
    return np.array([r for r, _, k in pools for _ in range(k)], dtype=float)


def efficient_steps__right_loop(gain, cost):
    """From the present face value the best ratio, the last of equal ones."""
    gain, cost = np.asarray(gain, float).tolist(), np.asarray(cost, float).tolist()
    now, steps = 0, []
    while True:
        later = range(now + 1, len(gain))
        ratio = {k: (gain[k] - gain[now]) / (cost[k] - cost[now]) for k in later}
        best = max(ratio.values(), default=0)
        if best <= 0:
            return steps
        to = max(k for k in later if ratio[k] >= best * (1 - 1e-12))
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to


def efficient_steps__right_recursive_once_more(gain, cost, now=0):
    """NumPy for one step, recursion for the rest."""
    g, c = np.array(gain, dtype=float), np.array(cost, dtype=float)
    extra_gain, extra_cost = g[now + 1 :] - g[now], c[now + 1 :] - c[now]
    if not (extra_gain > 0).any():
        return []
    ratio = extra_gain / extra_cost
    k = np.flatnonzero(np.isclose(ratio, ratio.max(), rtol=1e-12, atol=0))[-1]
    to = now + 1 + int(k)
    return [
        (to, float(extra_cost[k]), float(extra_gain[k]))
    ] + efficient_steps__right_recursive_once_more(gain, cost, to)


def efficient_steps__right_hull_once_more(gain, cost):
    """Concave hull by a stack, up to the first largest gain."""
    g, c = [float(x) for x in gain], [float(x) for x in cost]
    hull = [0]
    for k in range(1, g.index(max(g)) + 1):
        while len(hull) > 1:
            i, j = hull[-2:]
            before, direct = (g[j] - g[i]) / (c[j] - c[i]), (g[k] - g[i]) / (c[k] - c[i])
            if direct > 0 and direct >= before * (1 - 1e-12):
                hull.pop()
            else:
                break
        if g[k] > g[hull[-1]]:
            hull.append(k)
    return [(j, c[j] - c[i], g[j] - g[i]) for i, j in itertools.pairwise(hull)]


def efficient_steps__right_fractions(gain, cost):
    """Exact fractions; equal to a relative 1e-12 is checked by cross multiplication."""
    g, c = [Fraction(float(x)) for x in gain], [Fraction(float(x)) for x in cost]
    steps, i = [], 0
    while i < len(g) - 1:
        slope = [(g[k] - g[i]) / (c[k] - c[i]) for k in range(i + 1, len(g))]
        top = max(slope)
        if top <= 0:
            break
        far = [k for k, s in enumerate(slope, i + 1) if (top - s) * 10**12 <= top][-1]
        steps.append((far, float(c[far]) - float(c[i]), float(g[far]) - float(g[i])))
        i = far
    return steps


def _es(gain, cost, pick, more=lambda extra_gain, extra_cost: extra_gain > 0):
    """Slips of the step loop: pick chooses among (k, ratio), more says whether to go on."""
    gain, cost = np.asarray(gain, float).tolist(), np.asarray(cost, float).tolist()
    now, steps = 0, []
    while now < len(gain) - 1:
        ratio = [
            (k, (gain[k] - gain[now]) / (cost[k] - cost[now])) for k in range(now + 1, len(gain))
        ]
        to = pick(ratio)
        if not more(gain[to] - gain[now], cost[to] - cost[now]):
            break
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to
    return steps


def efficient_steps__wrong_nearest_of_equal_once_more(gain, cost):
    """Of equal ratios the nearest: gain [0, 1, 2], cost [0, 1, 2] is one step."""
    return _es(gain, cost, lambda ratio: max(ratio, key=lambda kr: kr[1])[0])


def efficient_steps__wrong_equal_as_floats(gain, cost):
    """Equal ratios by ==: gain [0, 0.1, 0.3], cost [0, 0.3, 0.9] is one step."""
    return _es(gain, cost, lambda ratio: max(ratio, key=lambda kr: (kr[1], kr[0]))[0])


def efficient_steps__wrong_equal_to_1e_9(gain, cost):
    """Ratios that differ by 1e-10 count as equal: gain [0, 1, 2 - 2e-10] has two steps."""

    def pick(ratio):
        best = max(r for _, r in ratio)
        return max(k for k, r in ratio if math.isclose(r, best, rel_tol=1e-9))

    return _es(gain, cost, pick)


def efficient_steps__wrong_equal_absolute(gain, cost):
    """1e-12 is taken absolutely: tiny gains [0, 2e-13, 3e-13] for [0, 1, 2] are two steps."""

    def pick(ratio):
        best = max(r for _, r in ratio)
        return max(k for k, r in ratio if r >= best - 1e-12)

    return _es(gain, cost, pick)


def efficient_steps__wrong_ratio_from_zero(gain, cost):
    """Orders by gain / cost from no coupon: [0, 10, 10.5, 14], cost [0, 1, 2, 3] takes face 2."""
    steps, now = [], 0
    while now < len(gain) - 1:
        later = [k for k in range(now + 1, len(gain)) if gain[k] > gain[now]]
        if not later:
            break
        top = max(gain[k] / cost[k] for k in later)
        to = max(k for k in later if gain[k] / cost[k] >= top * (1 - 1e-12))
        steps.append((to, float(cost[to] - cost[now]), float(gain[to] - gain[now])))
        now = to
    return steps


def efficient_steps__wrong_stops_at_harm(gain, cost):
    """Ends when the next face value has no extra gain: [0, 4, 3, 9] goes on to face 3."""
    gain, cost = np.asarray(gain, float).tolist(), np.asarray(cost, float).tolist()
    now, steps = 0, []
    while now < len(gain) - 1 and gain[now + 1] > gain[now]:
        ratio = [
            (k, (gain[k] - gain[now]) / (cost[k] - cost[now])) for k in range(now + 1, len(gain))
        ]
        best = max(r for _, r in ratio)
        to = max(k for k, r in ratio if r >= best * (1 - 1e-12))
        steps.append((to, cost[to] - cost[now], gain[to] - gain[now]))
        now = to
    return steps


def efficient_steps__wrong_step_without_gain(gain, cost):
    """A step with an extra gain of 0 is taken: gain [0, 1, 1] has one step."""

    def pick(ratio):
        best = max(r for _, r in ratio)
        return max(k for k, r in ratio if r >= best - abs(best) * 1e-12)

    return _es(gain, cost, pick, lambda extra_gain, extra_cost: extra_gain >= 0)


def efficient_steps__wrong_whole_hull(gain, cost):
    """The concave hull to its end, losses included: gain [0, 4, 3] has one step."""

    def pick(ratio):
        best = max(r for _, r in ratio)
        return max(k for k, r in ratio if r >= best - abs(best) * 1e-12)

    return _es(gain, cost, pick, lambda extra_gain, extra_cost: True)


def efficient_steps__wrong_hull_in_one_pass(gain, cost):
    """Drops points below their neighbours once: [0, 2, 3, 9], cost [0, 1, 2, 3] is one step."""
    gain, cost = np.asarray(gain, float).tolist(), np.asarray(cost, float).tolist()
    kept = list(range(gain.index(max(gain)) + 1))

    def above(i, j, k):
        return (gain[j] - gain[i]) / (cost[j] - cost[i]) > (gain[k] - gain[i]) / (
            cost[k] - cost[i]
        ) * (1 + 1e-12)

    kept = [
        k
        for at, k in enumerate(kept)
        if at in (0, len(kept) - 1) or above(kept[at - 1], k, kept[at + 1])
    ]
    return [
        (j, cost[j] - cost[i], gain[j] - gain[i])
        for i, j in itertools.pairwise(kept)
        if gain[j] > gain[i]
    ]


def efficient_steps__wrong_arguments_changed(gain, cost):
    """Subtracts the present face value in place: arrays of floats are changed."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    now, steps = 0, []
    while now < len(gain) - 1 and (gain[now + 1 :] > 0).any():
        ratio = gain[now + 1 :] / cost[now + 1 :]
        to = now + 1 + int(np.flatnonzero(ratio >= ratio.max() * (1 - 1e-12))[-1])
        steps.append((to, float(cost[to]), float(gain[to])))
        gain -= gain[to]
        cost -= cost[to]
        now = to
    return steps


def efficient_steps__wrong_ratio_rounded(gain, cost):
    """Ratios are rounded to six digits: [0, 1, 1.9999998], cost [0, 1, 2] has two steps."""

    def pick(ratio):
        best = max(round(r, 6) for _, r in ratio)
        return max(k for k, r in ratio if round(r, 6) >= best)

    return _es(gain, cost, pick)


def efficient_steps__wrong_skip_only_at_first(gain, cost):
    """Skips on the first step only: [0, 5, 5.5, 9], cost [0, 1, 2, 3] skips face 2 later."""
    first = efficient_steps__right_loop(gain, cost)[:1]
    steps, now = first, first[0][0] if first else len(gain)
    for k in range(now + 1, len(gain)):
        if gain[k] > gain[now]:
            steps.append((k, float(cost[k] - cost[now]), float(gain[k] - gain[now])))
            now = k
    return steps


def _rows(table):
    return np.asarray(table, dtype=float).tolist()


def _steps_of_all(gain, cost, steps_of=efficient_steps__right_loop):
    """(ratio, user, face, extra cost) of each step, users in order."""
    return [
        (extra_gain / extra_cost, u, to, extra_cost)
        for u, (g, c) in enumerate(zip(_rows(gain), _rows(cost)))
        for to, extra_cost, extra_gain in steps_of(g, c)
    ]


def _take(steps, n_users, limit):
    plan, spent = [0] * n_users, 0.0
    for _, u, to, extra in steps:
        if spent + extra > limit:
            break
        spent += extra
        plan[u] = to
    return plan


def allocate_budget__right_sorted_once_more(gain, cost, budget):
    """One list of steps, a stable sort by falling ratio."""
    steps = sorted(_steps_of_all(gain, cost), key=lambda s: -s[0])
    return _take(steps, len(cost), budget + 1e-9)


def allocate_budget__right_heap_once_more(gain, cost, budget):
    """A heap with the next step of each user; a user's next step is computed when needed."""
    gain, cost = _rows(gain), _rows(cost)

    def push(u, now):
        steps = efficient_steps__right_recursive_once_more(gain[u], cost[u], now)
        if steps:
            to, paid, gained = steps[0]
            heapq.heappush(heap, (-(gained / paid), u, to))

    heap, plan = [], [0] * len(gain)
    for u in range(len(gain)):
        push(u, 0)
    while heap:
        _, u, to = heapq.heappop(heap)
        tried = [*plan[:u], to, *plan[u + 1 :]]
        if math.fsum(cost[w][k] for w, k in enumerate(tried)) > budget + 1e-9:
            break
        plan = tried
        push(u, to)
    return plan


def allocate_budget__right_vectorised(gain, cost, budget):
    """All users step by step in NumPy, then lexsort and a cumulative sum."""
    gain, cost = np.array(gain, dtype=float), np.array(cost, dtype=float)
    n, k = gain.shape
    now, users, found = np.zeros(n, dtype=int), np.arange(n), []
    for turn in range(k):
        extra_gain = gain - gain[users, now][:, None]
        extra_cost = cost - cost[users, now][:, None]
        later = (np.arange(k) > now[:, None]) & (extra_gain > 0)
        ratio = np.where(later, extra_gain, -1.0) / np.where(later, extra_cost, 1.0)
        best = ratio.max(axis=1)
        near = later & (ratio >= (best * (1 - 1e-12))[:, None])
        to = k - 1 - near[:, ::-1].argmax(axis=1)
        who = users[near.any(axis=1)]
        found += [(ratio[u, to[u]], u, turn, to[u], extra_cost[u, to[u]]) for u in who]
        now[who] = to[who]
    if not found:
        return [0] * n
    ratio, user, turn, face, paid = map(np.array, zip(*found))
    order = np.lexsort((turn, user, -ratio))
    taken = order[np.cumsum(paid[order]) <= budget + 1e-9]
    plan = np.zeros(n, dtype=int)
    np.maximum.at(plan, user[taken], face[taken])
    return plan.tolist()


def allocate_budget__right_bisected(gain, cost, budget):
    """Exact sums; bisection for the number of steps that are taken."""
    steps = _steps_of_all(gain, cost, efficient_steps__right_fractions)
    steps.sort(key=lambda s: (-s[0], s[1]))
    total = list(itertools.accumulate(Fraction(s[3]) for s in steps))
    count = bisect.bisect_right(total, Fraction(float(budget)) + Fraction(1, 10**9))
    reached = dict.fromkeys(range(len(gain)), 0)
    reached.update((u, to) for _, u, to, _ in steps[:count])
    return list(reached.values())


def allocate_budget__wrong_goes_on_once_more(gain, cost, budget):
    """Skips a step that does not fit and tries later ones: costs 5 and 1, budget 3."""
    steps = sorted(_steps_of_all(gain, cost), key=lambda s: (-s[0], s[1]))
    plan, spent, blocked = [0] * len(cost), 0.0, set()
    for _, u, to, extra in steps:
        if u in blocked or spent + extra > budget + 1e-9:
            blocked.add(u)
            continue
        spent += extra
        plan[u] = to
    return plan


def allocate_budget__wrong_no_tolerance(gain, cost, budget):
    """Without 1e-9: three coupons of 0.1 do not fit into 0.3."""
    steps = sorted(_steps_of_all(gain, cost), key=lambda s: (-s[0], s[1]))
    return _take(steps, len(cost), budget)


def allocate_budget__wrong_ties_later_first(gain, cost, budget):
    """sort(reverse=True) of tuples: two equal users, money for one, the second gets it."""
    steps = _steps_of_all(gain, cost)
    order = sorted(
        range(len(steps)), key=lambda i: (steps[i][0], steps[i][1], -steps[i][2]), reverse=True
    )
    return _take([steps[i] for i in order], len(cost), budget + 1e-9)


def allocate_budget__wrong_ties_first_coupon(gain, cost, budget):
    """Of equal ratios a first coupon before an upgrade: user 0's upgrade ties with user 1."""
    steps, seen = [], {}
    for s in _steps_of_all(gain, cost):
        seen[s[1]] = seen.get(s[1], 0) + 1
        steps.append((*s, seen[s[1]]))
    steps.sort(key=lambda s: (-s[0], s[4], s[1]))
    return _take([s[:4] for s in steps], len(cost), budget + 1e-9)


def allocate_budget__wrong_ties_cheap_first(gain, cost, budget):
    """Of equal ratios the cheaper step: users of 4 for 2 and 2 for 1, budget 2."""
    steps = sorted(_steps_of_all(gain, cost), key=lambda s: (-s[0], s[3], s[1]))
    return _take(steps, len(cost), budget + 1e-9)


def allocate_budget__wrong_ratio_rounded(gain, cost, budget):
    """Ratios are rounded to six digits: 1 and 1.0000001 tie, and user 0 comes first."""
    steps = sorted(_steps_of_all(gain, cost), key=lambda s: (-round(s[0], 6), s[1]))
    return _take(steps, len(cost), budget + 1e-9)


def allocate_budget__wrong_never_upgraded_once_more(gain, cost, budget):
    """Takes the first step of each user only: one user, [0, 4, 6] for [0, 1, 4], budget 9."""
    steps = _steps_of_all(gain, cost, lambda g, c: efficient_steps__right_loop(g, c)[:1])
    return _take(sorted(steps, key=lambda s: (-s[0], s[1])), len(cost), budget + 1e-9)


def allocate_budget__wrong_upgrade_at_full_cost(gain, cost, budget):
    """An upgrade is charged its whole cost: [0, 4, 6] for [0, 1, 4], budget 4."""
    cost = _rows(cost)
    steps = sorted(_steps_of_all(gain, cost), key=lambda s: (-s[0], s[1]))
    return _take([(r, u, to, cost[u][to]) for r, u, to, _ in steps], len(cost), budget + 1e-9)


def allocate_budget__wrong_relative_tolerance(gain, cost, budget):
    """1e-9 of the budget: a coupon of 1,000,000.0005 fits into 1,000,000."""
    steps = sorted(_steps_of_all(gain, cost), key=lambda s: (-s[0], s[1]))
    return _take(steps, len(cost), budget * (1 + 1e-9) + 1e-9)


def allocate_budget__wrong_nearest_of_equal(gain, cost, budget):
    """Equal ratios in a user are two steps: [0, 1, 2] for [0, 1, 2] with 1 USD gives face 1."""
    steps = _steps_of_all(gain, cost, efficient_steps__wrong_nearest_of_equal_once_more)
    return _take(sorted(steps, key=lambda s: (-s[0], s[1])), len(cost), budget + 1e-9)


def allocate_budget__wrong_rest_for_smaller_face(gain, cost, budget):
    """The user of the first step that does not fit gets a smaller face value that does."""
    plan = allocate_budget__right_sorted_once_more(gain, cost, budget)
    gain, cost = _rows(gain), _rows(cost)
    left = budget + 1e-9 - sum(cost[u][k] for u, k in enumerate(plan))
    steps = sorted(_steps_of_all(gain, cost), key=lambda s: -s[0])
    for _, u, to, extra in steps:
        if to > plan[u] and extra > left:
            for k in range(to - 1, plan[u], -1):
                if cost[u][k] - cost[u][plan[u]] <= left and gain[u][k] > gain[u][plan[u]]:
                    plan[u] = k
                    break
            break
    return plan


def allocate_budget__wrong_harm_bought(gain, cost, budget):
    """The hull to its end: one user, [0, 4, 3] for [0, 1, 2] with 9 USD gets face 2."""
    steps = _steps_of_all(gain, cost, efficient_steps__wrong_whole_hull)
    return _take(sorted(steps, key=lambda s: (-s[0], s[1])), len(cost), budget + 1e-9)


def _more_spend(gain, cost, price):
    face = (gain - price * cost).argmax(axis=1)
    return cost[np.arange(len(cost)), face].sum()


def _floats(gain, cost):
    return np.array(gain, dtype=float), np.array(cost, dtype=float)


def _more_halved(spends_too_much, high, tolerance=1e-7, most=300):
    low = 0.0
    for _ in range(most):
        if high - low <= tolerance * max(1.0, high):
            break
        middle = (low + high) / 2
        low, high = (middle, high) if spends_too_much(middle) else (low, middle)
    return low, high


def _high_enough(spends_too_much):
    high = 1.0
    while spends_too_much(high):
        high *= 2
    return high


def price_of_budget__right_halving(gain, cost, budget):
    """Doubles the price until it is high enough, then halves the interval."""
    g, c = _floats(gain, cost)

    def too_much(price):
        return _more_spend(g, c, price) > budget + 1e-9

    return float(_more_halved(too_much, _high_enough(too_much))[1]) if too_much(0.0) else 0.0


def _just_above(ratio, gain, cost, budget):
    price, nudge = float(ratio), 1e-10
    while nudge < 1e-6 and _more_spend(*_floats(gain, cost), price) > budget + 1e-9:
        price = float(ratio) + nudge * max(1.0, float(ratio))
        nudge *= 4
    return price


def price_of_budget__right_steps(gain, cost, budget):
    """The ratio of the first step that does not fit, and a little more."""
    spent = 0.0
    for ratio, _, _, extra in sorted(_steps_of_all(gain, cost), key=lambda s: -s[0]):
        spent += extra
        if spent > budget + 1e-9:
            return _just_above(ratio, gain, cost, budget)
    return 0.0


def price_of_budget__right_all_slopes(gain, cost, budget):
    """Exact fractions: bisection over the slopes between all pairs of face values."""
    g, c = ([[Fraction(x) for x in row] for row in _rows(t)] for t in (gain, cost))
    slopes = {Fraction(0)}
    for a, b in zip(g, c):
        pairs = itertools.combinations(range(len(a)), 2)
        slopes |= {(a[k] - a[j]) / (b[k] - b[j]) for j, k in pairs}
    slopes = sorted(s for s in slopes if s >= 0)

    def fits(price):
        best = (max((x - price * y, -y) for x, y in zip(a, b)) for a, b in zip(g, c))
        return -sum(b for _, b in best) <= Fraction(float(budget)) + Fraction(1, 10**9)

    first = slopes[bisect.bisect_left(slopes, True, key=fits)]
    return _just_above(first, gain, cost, budget) if first else 0.0


def price_of_budget__right_rising_price(gain, cost, budget):
    """The price rises from 0; a heap says which user steps down next."""
    g, c = _rows(gain), _rows(cost)
    heap, spent, price = [], 0.0, 0.0

    def drop(u, now):
        down = [((g[u][now] - g[u][j]) / (c[u][now] - c[u][j]), j) for j in range(now)]
        if down:
            heapq.heappush(heap, (*min(down), u, now))

    for u, row in enumerate(g):
        top = row.index(max(row))
        spent += c[u][top]
        drop(u, top)
    while heap and spent > budget + 1e-9:
        price, to, u, now = heapq.heappop(heap)
        spent += c[u][to] - c[u][now]
        drop(u, to)
    return _just_above(price, gain, cost, budget) if price else 0.0


def price_of_budget__wrong_at_most_100(gain, cost, budget):
    """Searches from 0 to 100: one user, gain 300 for 1, no budget, has the price 300."""
    g, c = _floats(gain, cost)

    def too_much(price):
        return _more_spend(g, c, price) > budget + 1e-9

    return float(_more_halved(too_much, 100.0)[1]) if too_much(0.0) else 0.0


def price_of_budget__wrong_low_end(gain, cost, budget):
    """The lower end of the interval is returned: there the users spend too much."""
    g, c = _floats(gain, cost)

    def too_much(price):
        return _more_spend(g, c, price) > budget + 1e-9

    return float(_more_halved(too_much, _high_enough(too_much))[0]) if too_much(0.0) else 0.0


def price_of_budget__wrong_no_tolerance(gain, cost, budget):
    """Without 1e-9: three users of 0.1 and a budget of 0.3 have the price 0."""
    g, c = _floats(gain, cost)

    def too_much(price):
        return _more_spend(g, c, price) > budget

    return float(_more_halved(too_much, _high_enough(too_much))[1]) if too_much(0.0) else 0.0


def price_of_budget__wrong_high_from_last_face(gain, cost, budget):
    """The search starts at the best ratio of the last face: [0, 4, 6] for [0, 1, 4] needs 4."""
    g, c = _floats(gain, cost)

    def too_much(price):
        return _more_spend(g, c, price) > budget + 1e-9

    if c.shape[1] < 2 or not too_much(0.0):
        return 0.0
    return float(_more_halved(too_much, max((g[:, -1] / c[:, -1]).max(), 0.0))[1])


def price_of_budget__wrong_high_from_gain(gain, cost, budget):
    """The search starts at the largest gain: 1 for 0.1 and no budget needs 10."""
    g, c = _floats(gain, cost)

    def too_much(price):
        return _more_spend(g, c, price) > budget + 1e-9

    return float(_more_halved(too_much, g.max())[1]) if too_much(0.0) else 0.0


def price_of_budget__wrong_neighbours(gain, cost, budget):
    """Steps to the next face value only: [0, 0, 9] for [0, 1, 3], no budget, costs 3, not 4.5."""
    g, c = _floats(gain, cost)
    steps = []
    for a, b in zip(g, c):
        ratio = np.diff(a) / np.diff(b)
        steps += [(r, x) for r, x in zip(ratio, np.diff(b)) if r > 0]
    spent = 0.0
    for ratio, extra in sorted(steps, key=lambda s: -s[0]):
        spent += extra
        if spent > budget + 1e-9:
            return float(ratio) * (1 + 1e-9)
    return 0.0


def price_of_budget__wrong_rounded(gain, cost, budget):
    """Rounded to six digits: 1 for 3 and no budget gives 0.333333, at which she is served."""
    return round(price_of_budget__right_steps(gain, cost, budget), 6)


def price_of_budget__wrong_no_money_no_price(gain, cost, budget):
    """A budget of 0 gives inf: one user of 1 for 1 has the price 1."""
    return math.inf if budget <= 0 else price_of_budget__right_halving(gain, cost, budget)


def price_of_budget__wrong_24_halvings(gain, cost, budget):
    """24 halvings only: users of 1e5 for 0.001 and 1e5 for 1e5, budget 0.01, get a 6, not 1."""
    g, c = _floats(gain, cost)

    def too_much(price):
        return _more_spend(g, c, price) > budget + 1e-9

    if c.shape[1] < 2 or not too_much(0.0):
        return 0.0
    return float(_more_halved(too_much, g.max() / c[:, 1:].min() + 1, 0.0, 24)[1])


def price_of_budget__wrong_interval_of_1e_5(gain, cost, budget):
    """Halving ends at an interval of 1e-5: 1 for 3 with no budget gives 0.333336."""
    g, c = _floats(gain, cost)

    def too_much(price):
        return _more_spend(g, c, price) > budget + 1e-9

    return float(_more_halved(too_much, _high_enough(too_much), 1e-5)[1]) if too_much(0.0) else 0.0


def price_of_budget__wrong_put_off_by_largest(gain, cost, budget):
    """Drops users whom the last face value puts off: [0, 4, -1] for [0, 1, 2] wants face 1."""
    g, c = _floats(gain, cost)
    stays = g[:, -1] > 0
    return price_of_budget__right_halving(g[stays], c[stays], budget) if stays.any() else 0.0


def gain_bound__right_vectorised(gain, cost, budget, price):
    """NumPy in one line."""
    kept = np.asarray(gain, dtype=float) - price * np.asarray(cost, dtype=float)
    return float(kept.max(axis=1).sum() + price * budget)


def gain_bound__right_fsum_once_more(gain, cost, budget, price):
    """Loops and math.fsum."""
    best = [max(g - price * c for g, c in zip(*u)) for u in zip(_rows(gain), _rows(cost))]
    return math.fsum([*best, float(price) * float(budget)])


def gain_bound__right_fractions(gain, cost, budget, price):
    """Exact fractions."""
    price = Fraction(float(price))
    total = price * Fraction(float(budget))
    for g, c in zip(_rows(gain), _rows(cost)):
        total += max(Fraction(x) - price * Fraction(y) for x, y in zip(g, c))
    return float(total)


def gain_bound__right_steps(gain, cost, budget, price):
    """What each efficient step with a ratio above the price is worth."""
    worth = [float(price) * float(budget)]
    for ratio, _, _, extra in _steps_of_all(gain, cost):
        worth.append(max(ratio - float(price), 0.0) * extra)
    return math.fsum(worth)


def gain_bound__wrong_worth_of_spent(gain, cost, budget, price):
    """Gives back what is spent, not the whole budget: 1 for 1, budget 5 at price 0.5 is 3."""
    g, c = _floats(gain, cost)
    return float((g - price * c).max(axis=1).sum() + price * _more_spend(g, c, price))


def gain_bound__wrong_at_least_spent(gain, cost, budget, price):
    """Gives back what is spent if it is more than the budget: 1 for 1, budget 0 at price 0.5."""
    g, c = _floats(gain, cost)
    back = max(budget, _more_spend(g, c, price))
    return float((g - price * c).max(axis=1).sum() + price * back)


def gain_bound__wrong_price_0_is_none(gain, cost, budget, price):
    """A price of 0 is taken for "none" and computed: 1 for 1 and 2 for 1, budget 0, is 3 at 0."""
    price = price or price_of_budget__right_halving(gain, cost, budget)
    return gain_bound__right_vectorised(gain, cost, budget, price)


def gain_bound__wrong_clamped(gain, cost, budget, price):
    """No more than the sum of the largest gains: 1 for 1, budget 5 at price 1 is 5, not 1."""
    most = float(np.asarray(gain, dtype=float).max(axis=1).sum())
    return min(most, gain_bound__right_vectorised(gain, cost, budget, price))


def gain_bound__wrong_gain_changed(gain, cost, budget, price):
    """Subtracts in place: an array gain of floats is changed."""
    kept = np.asarray(gain, dtype=float)
    kept -= price * np.asarray(cost, dtype=float)
    return float(kept.max(axis=1).sum() + price * budget)


def gain_bound__wrong_ints_stay_ints(gain, cost, budget, price):
    """Filled into an array like gain: whole numbers [[0, 4]] for [[0, 3]] at 0.5 lose 0.5."""
    gain, cost = np.asarray(gain), np.asarray(cost)
    kept = np.zeros_like(gain)
    for k in range(gain.shape[1]):
        kept[:, k] = gain[:, k] - price * cost[:, k]
    return float(kept.max(axis=1).sum() + price * budget)


def gain_bound__wrong_last_face_or_none(gain, cost, budget, price):
    """Largest face or none: [0, 4, 5] for [0, 1, 4] at price 1 keeps 3 with face 1, not 1."""
    g, c = _floats(gain, cost)
    kept = np.maximum(0, g[:, -1] - price * c[:, -1])
    return float(kept.sum() + price * budget)


def gain_bound__wrong_first_step_only(gain, cost, budget, price):
    """Each user's first efficient step only: [0, 4, 6] for [0, 1, 4] at price 0.1."""
    kept = [
        max(0.0, gained - price * paid)
        for g, c in zip(_rows(gain), _rows(cost))
        for _, paid, gained in efficient_steps__right_loop(g, c)[:1]
    ]
    return float(sum(kept) + price * budget)


def gain_bound__wrong_best_of_each_face(gain, cost, budget, price):
    """Maximum over users for each face value (axis 0): two equal users count once."""
    g, c = _floats(gain, cost)
    return float((g - price * c).max(axis=0).sum() + price * budget)


def gain_bound__wrong_useful_budget(gain, cost, budget, price):
    """Gives back no more than all coupons cost: 1 for 1, budget 5 at price 0.5 gives 0.5 back."""
    most = np.asarray(cost, dtype=float)[:, -1].sum()
    return gain_bound__right_vectorised(gain, cost, min(budget, most), price)


def gain_bound__wrong_rounded(gain, cost, budget, price):
    """Rounded to cents: a bound of 0.004 becomes 0."""
    return round(gain_bound__right_vectorised(gain, cost, budget, price), 2)


def _more_keeps_promise(plan, gain, cost, budget, bound, step):
    faces = list(plan)
    if len(faces) != len(gain):
        return False
    if not all(k == int(k) and 0 <= k < len(row) for k, row in zip(faces, gain)):
        return False
    paid = sum(row[int(k)] for k, row in zip(faces, cost))
    gained = sum(row[int(k)] for k, row in zip(faces, gain))
    return bool(paid <= budget + 1e-6 and gained >= bound - step - 1e-6)


def _best_and_step(gain, cost, budget):
    price = price_of_budget__right_steps(gain, cost, budget)
    bound = gain_bound__right_fsum_once_more(gain, cost, budget, price)
    steps = _steps_of_all(gain, cost)
    return bound, max((ratio * extra for ratio, _, _, extra in steps), default=0.0)


def _ka_random(rng, n_users, k, kind):
    gain, cost = [], []
    for _ in range(n_users):
        if kind == "equal" and gain:
            gain.append(gain[0][:])
            cost.append(cost[0][:])
            continue
        paid = list(itertools.accumulate(rng.uniform(0.2, 3) for _ in range(k - 1)))
        if kind == "upgrades":
            slopes = sorted((rng.uniform(0.1, 6) for _ in paid), reverse=True)
        elif kind == "skips":
            slopes = [rng.uniform(0, 0.3), *(rng.uniform(1, 6) for _ in paid[1:])]
        elif kind == "harm":
            slopes = [rng.uniform(-4, 4) for _ in paid]
        elif kind == "harm first":
            slopes = [rng.uniform(-2, 0), *(rng.uniform(2, 6) for _ in paid[1:])]
        else:
            slopes = [rng.choice([4, 2, 1, 0.2, -1]) * rng.uniform(0.5, 1) for _ in paid]
        extra = [b - a for a, b in itertools.pairwise([0.0, *paid])]
        gained = itertools.accumulate(s * e for s, e in zip(slopes, extra))
        gain.append([0.0, *gained])
        cost.append([0.0, *paid])
    return gain, cost


_KA_KINDS = ("equal", "upgrades", "skips", "harm", "harm first", "mixed")


def _ka_cases(seed=3, sizes=(1, 2, 40), shares=(0, 0.05, 0.3, 0.6, 1.2), kinds=_KA_KINDS):
    rng = random.Random(seed)
    for kind, n_users, share in itertools.product(kinds, sizes, shares):
        gain, cost = _ka_random(rng, n_users, rng.randint(2, 4) if n_users < 9 else 4, kind)
        yield gain, cost, share * sum(row[-1] for row in cost)


def _copies(*tables):
    return [[row[:] for row in table] for table in tables]


def kill_allocation__right_kinds_of_users_once_more(fn):
    """Users of six kinds, few and many, five budgets each."""
    for gain, cost, budget in _ka_cases():
        plan = fn(*_copies(gain, cost), budget)
        if not _more_keeps_promise(plan, gain, cost, budget, *_best_and_step(gain, cost, budget)):
            return False
    return True


def kill_allocation__right_linear_program(fn):
    """The bound as a linear program (HiGHS): face values may be split."""
    for gain, cost, budget in _ka_cases(8, (1, 30), (0, 0.1, 0.35, 1.5)):
        n, k = len(gain), len(gain[0])
        one_each = np.kron(np.eye(n), np.ones(k))
        solved = optimize.linprog(
            -np.ravel(gain), [np.ravel(cost)], [budget], one_each, np.ones(n), method="highs"
        )
        steps = [
            s[2] for g, c in zip(gain, cost) for s in efficient_steps__right_hull_once_more(g, c)
        ]
        step = max(steps, default=0.0)
        try:
            plan = np.asarray(fn(*_copies(gain, cost), budget)).tolist()
            if not _more_keeps_promise(plan, gain, cost, budget, -solved.fun, step):
                return False
        except (TypeError, ValueError, IndexError):
            return False
    return True


def kill_allocation__right_random_halves(fn):
    """130 draws of any size from one or two kinds; fractions for sums; an assert may leave."""
    rng = random.Random("halves")
    for _ in range(130):
        k = rng.randint(2, 4)
        gain, cost = [], []
        for kind in rng.sample(_KA_KINDS, rng.choice([1, 2])):
            more = _ka_random(rng, rng.choice([1, 3, 25, 60]), k, kind)
            gain, cost = gain + more[0], cost + more[1]
        if rng.random() < 0.2:
            gain, cost = gain[:1], cost[:1]
        budget = rng.choice([0, rng.random() ** 2, 2]) * sum(row[-1] for row in cost)
        plan = [int(face) for face in fn(*_copies(gain, cost), budget) if face == int(face)]
        assert len(plan) == len(gain) and all(0 <= face < k for face in plan)
        paid = sum(Fraction(row[face]) for row, face in zip(cost, plan))
        gained = sum(Fraction(row[face]) for row, face in zip(gain, plan))
        bound, step = _best_and_step(gain, cost, budget)
        if paid > Fraction(budget) + Fraction(1, 10**6) or gained < bound - step - 1e-6:
            return False
    return True


def kill_allocation__right_by_hand(fn):
    """Whole numbers by hand, repeated often, so that bound and step are known without solving."""
    kinds = {
        "equal": ([0, 4, 4], [0, 2, 3]),
        "upgrade": ([0, 4, 6], [0, 1, 2]),
        "useless small": ([0, 0, 12], [0, 1, 2]),
        "small in the way": ([0, 1, 12], [0, 1, 3]),
        "harm": ([0, -3, -5], [0, 1, 2]),
        "harm at the end": ([0, 5, 2], [0, 1, 2]),
        "large for little": ([0, 1, 3], [0, 1, 9]),
    }
    groups = [[name] for name in kinds] + [
        ["equal", "harm"],
        ["upgrade", "small in the way", "harm"],
        ["useless small", "large for little", "harm at the end"],
        ["large for little", "upgrade"],
        [name for name in kinds if name != "equal"],
    ]
    for group, times in itertools.product(groups, (1, 12)):
        gain = [list(kinds[name][0]) for name in group] * times
        cost = [list(kinds[name][1]) for name in group] * times
        steps = sorted(
            ((g / c, c, g) for u in zip(gain, cost) for _, c, g in efficient_steps__right_loop(*u)),
            reverse=True,
        )
        total = sum(row[-1] for row in cost)
        for budget in {0, 1, total // 7, total // 3 + 0.5, total - 1, 3 * total}:
            left, bound = budget, 0.0
            for ratio, paid, _ in steps:
                bound += ratio * min(paid, left)
                left -= min(paid, left)
            step = max((s[2] for s in steps), default=0)
            plan = fn(*_copies(gain, cost), budget)
            if not _more_keeps_promise(plan, gain, cost, budget, bound, step):
                return False
    return True


def kill_allocation__wrong_own_plan_once_more(fn):
    """Compares with one plan: refuses a right allocation that serves the later of equal users."""
    return all(
        list(fn(*_copies(gain, cost), budget))
        == allocate_budget__right_sorted_once_more(gain, cost, budget)
        for gain, cost, budget in _ka_cases()
    )


def kill_allocation__wrong_wants_a_list(fn):
    """Refuses a right plan that is a tuple or an array."""
    for gain, cost, budget in _ka_cases():
        plan = fn(*_copies(gain, cost), budget)
        if not isinstance(plan, list):
            return False
        if not _more_keeps_promise(plan, gain, cost, budget, *_best_and_step(gain, cost, budget)):
            return False
    return True


def kill_allocation__wrong_wants_int(fn):
    """isinstance(face, int) refuses the numbers of a NumPy array."""
    for gain, cost, budget in _ka_cases():
        plan = list(fn(*_copies(gain, cost), budget))
        if not all(isinstance(face, int) for face in plan):
            return False
        if not _more_keeps_promise(plan, gain, cost, budget, *_best_and_step(gain, cost, budget)):
            return False
    return True


def kill_allocation__wrong_truth_of_array(fn):
    """ "if not plan" raises for a right plan that is an array of several numbers."""
    for gain, cost, budget in _ka_cases():
        plan = fn(*_copies(gain, cost), budget)
        if not plan:
            return False
        if not _more_keeps_promise(plan, gain, cost, budget, *_best_and_step(gain, cost, budget)):
            return False
    return True


def kill_allocation__wrong_bound_reached(fn):
    """Asks for the bound itself: no whole-number plan reaches it in most cases."""
    return all(
        _more_keeps_promise(
            fn(*_copies(gain, cost), budget),
            gain,
            cost,
            budget,
            _best_and_step(gain, cost, budget)[0],
            0.0,
        )
        for gain, cost, budget in _ka_cases()
    )


def kill_allocation__wrong_mean_step(fn):
    """Allows one step of mean size, not the largest: refuses a plan that stops at a large step."""
    for gain, cost, budget in _ka_cases():
        bound, _ = _best_and_step(gain, cost, budget)
        step = np.mean([ratio * extra for ratio, _, _, extra in _steps_of_all(gain, cost)] or [0])
        if not _more_keeps_promise(
            fn(*_copies(gain, cost), budget), gain, cost, budget, bound, step
        ):
            return False
    return True


def kill_allocation__wrong_money_must_go(fn):
    """Asks that all but one step of the budget is spent: refuses 0 USD where all coupons lose."""
    for gain, cost, budget in _ka_cases():
        plan = list(fn(*_copies(gain, cost), budget))
        if not _more_keeps_promise(plan, gain, cost, budget, *_best_and_step(gain, cost, budget)):
            return False
        paid = sum(row[int(face)] for row, face in zip(cost, plan))
        if paid < budget - max(row[-1] for row in cost):
            return False
    return True


def kill_allocation__wrong_strict_budget(fn):
    """No tolerance for rounding: refuses three coupons of 0.1 for 0.3, as in allocate_budget."""
    for n in range(1, 30):
        gain, cost = [[0, 1]] * n, [[0, 0.1]] * n
        plan = list(fn(*_copies(gain, cost), round(0.1 * n, 1)))
        if sum(row[int(face)] for row, face in zip(cost, plan)) > round(0.1 * n, 1):
            return False
    return kill_allocation__right_kinds_of_users_once_more(fn)


def kill_allocation__wrong_as_good_as_mine(fn):
    """Asks for the gain of a plan that fills the rest: refuses one that stops, as 11.5 does."""
    for gain, cost, budget in _ka_cases():
        mine = allocate_budget__wrong_goes_on_once_more(gain, cost, budget)
        best = sum(row[face] for row, face in zip(gain, mine))
        plan = fn(*_copies(gain, cost), budget)
        if not _more_keeps_promise(plan, gain, cost, budget, best, 0.0):
            return False
    return True


def kill_allocation__wrong_first_users_first(fn):
    """Asks that of equal users the first are served: refuses a plan that serves the last."""
    gain, cost = [[0, 4]] * 10, [[0, 2]] * 10
    plan = [int(face) for face in fn(*_copies(gain, cost), 9)]
    return plan == sorted(plan, reverse=True) and kill_allocation__right_kinds_of_users_once_more(
        fn
    )


def kill_allocation__wrong_three_users(fn):
    """The example of the course only: with three users most mistakes keep the promise."""
    gain = [[0, 1.5, 3], [0, 4, 6], [0, 1.25, 10]]
    cost = [[0, 2.75, 6], [0, 1.5, 4], [0, 1.25, 6]]
    return all(
        _more_keeps_promise(
            fn(*_copies(gain, cost), b), gain, cost, b, *_best_and_step(gain, cost, b)
        )
        for b in (0, 1.5, 5, 7.5, 10, 100)
    )


def kill_allocation__wrong_few_kind_users(fn):
    """Up to three users whose ratios fall and who lose nothing: accepts harm, neighbours, ties."""
    for gain, cost, budget in _ka_cases(1, (1, 2, 3), (0.3, 0.6), ("upgrades",)):
        plan = fn(*_copies(gain, cost), budget)
        if not _more_keeps_promise(plan, gain, cost, budget, *_best_and_step(gain, cost, budget)):
            return False
    return True


def kill_allocation__wrong_more_money_more_coupons(fn):
    """Asks that nobody's face value falls when the budget rises: a right one that goes on may."""
    for gain, cost, budget in _ka_cases(5, (3, 40), (0.02, 0.1, 0.3, 0.6)):
        plan = fn(*_copies(gain, cost), budget)
        if not _more_keeps_promise(plan, gain, cost, budget, *_best_and_step(gain, cost, budget)):
            return False
        for more in (1.02, 1.1, 1.5):
            later = fn(*_copies(gain, cost), budget * more)
            if any(int(b) < int(a) for a, b in zip(plan, later)):
                return False
    return True


def _interval(d):
    d = np.asarray(d, dtype=float)
    half = 1.96 * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def plan_effect__right_vectorised(arm, outcome, share, plan):
    """NumPy, one weight for each row."""
    arm, plan, share = np.asarray(arm), np.asarray(plan), np.asarray(share, dtype=float)
    weight = (arm == plan) / share[plan] - (arm == 0) / share[0]
    return _interval(weight * np.asarray(outcome, dtype=float))


def plan_effect__right_loop_once_more(arm, outcome, share, plan):
    """A loop and the statistics module."""
    share, d = np.asarray(share, dtype=float).tolist(), []
    for a, y, to in zip(*(np.asarray(x).tolist() for x in (arm, outcome, plan))):
        given = y / share[to] if a == to else 0.0
        none = y / share[0] if a == 0 else 0.0
        d.append(given - none)
    mean = statistics.fmean(d)
    half = 1.96 * statistics.stdev(d) / len(d) ** 0.5
    return mean, mean - half, mean + half


def plan_effect__right_exact(arm, outcome, share, plan):
    """Fractions; the variance from sums of pairs of squares."""
    share = [Fraction(float(s)) for s in np.asarray(share)]
    d = []
    for a, y, to in zip(*(np.asarray(x).tolist() for x in (arm, outcome, plan))):
        d.append(Fraction(y) * ((a == to) / share[to] - (a == 0) / share[0]))
    n, total = len(d), sum(d)
    variance = (sum(x * x for x in d) - total * total / n) / (n - 1)
    half = 1.96 * math.sqrt(variance / n)
    return float(total / n), float(total / n) - half, float(total / n) + half


def plan_effect__right_frame(arm, outcome, share, plan):
    """pandas with an index of its own; only rows where the plan gives a coupon can count."""
    frame = pd.DataFrame({"arm": list(arm), "y": list(outcome), "plan": list(plan)})
    drawn = dict(enumerate(share))
    frame["d"] = 0.0
    coupon = frame["plan"] != 0
    got, none = coupon & (frame["arm"] == frame["plan"]), coupon & (frame["arm"] == 0)
    frame.loc[got, "d"] = frame["y"][got] / frame["plan"][got].map(drawn).astype(float)
    frame.loc[none, "d"] = -frame["y"][none] / drawn[0]
    middle, half = frame["d"].mean(), 1.96 * frame["d"].sem()
    return float(middle), float(middle - half), float(middle + half)


def _d(arm, outcome, share, plan):
    arrays = (np.asarray(arm), np.asarray(outcome, float), np.asarray(share, float))
    return (*arrays, np.asarray(plan))


def plan_effect__wrong_no_coupon_counts_once(arm, outcome, share, plan):
    """elif: a row with arm 0 and plan 0 counts as gained, arm [0, 1], y [10, 10], plan [0, 0]."""
    arm, y, share, plan = _d(arm, outcome, share, plan)
    d = np.where(arm == plan, y / share[plan], np.where(arm == 0, -y / share[0], 0.0))
    return _interval(d)


def plan_effect__wrong_observed_shares(arm, outcome, share, plan):
    """Shares are counted in the log, not taken from share: arm [0, 1, 1], share [0.5, 0.5]."""
    arm, y, share, plan = _d(arm, outcome, share, plan)
    seen = np.bincount(arm, minlength=len(share)) / len(arm)
    seen = np.where(seen > 0, seen, share)
    return plan_effect__right_vectorised(arm, y, seen, plan)


def plan_effect__wrong_self_normalised(arm, outcome, share, plan):
    """Weights are divided by their mean (Hajek): arm [1, 1], share [0.5, 0.5], plan [1, 1]."""
    arm, y, share, plan = _d(arm, outcome, share, plan)
    given, none = (arm == plan) / share[plan], (arm == 0) / share[0]
    return _interval((given / (given.mean() or 1) - none / (none.mean() or 1)) * y)


def plan_effect__wrong_share_of_none(arm, outcome, share, plan):
    """Divides both parts by the share of no coupon: share [0.8, 0.2]."""
    arm, y, share, plan = _d(arm, outcome, share, plan)
    return _interval(((arm == plan) / share[0] - (arm == 0) / share[0]) * y)


def plan_effect__wrong_any_coupon(arm, outcome, share, plan):
    """A coupon of another face value counts as the planned one: arm 2 for plan 1."""
    arm, y, share, plan = _d(arm, outcome, share, plan)
    same = (arm > 0) == (plan > 0)
    return _interval((same / share[plan] - (arm == 0) / share[0]) * y)


def plan_effect__wrong_share_of_any_coupon(arm, outcome, share, plan):
    """A coupon counts 1 / (1 - share[0]): share [0.5, 0.3, 0.2], arm 1 for plan 1."""
    arm, y, share, plan = _d(arm, outcome, share, plan)
    drawn = np.where(plan > 0, 1 - share[0], share[0])
    return _interval(((arm == plan) / drawn - (arm == 0) / share[0]) * y)


def plan_effect__wrong_ints_stay_ints(arm, outcome, share, plan):
    """Filled into an array like arm: 10 / 0.3 becomes 33."""
    arm, y, share, plan = _d(arm, outcome, share, plan)
    d = np.zeros_like(arm)
    for i in range(len(arm)):
        d[i] = ((arm[i] == plan[i]) / share[plan[i]] - (arm[i] == 0) / share[0]) * y[i]
    return _interval(d)


def plan_effect__wrong_rank_of_arm(arm, outcome, share, plan):
    """Arms are numbered as they occur: without arm 1 in log and plan, arm 2 gets its share."""
    arm, y, share, plan = _d(arm, outcome, share, plan)
    kinds, place = np.unique(np.concatenate([[0], arm, plan]), return_inverse=True)
    arm, plan = place[1 : len(arm) + 1], place[len(arm) + 1 :]
    return plan_effect__right_vectorised(arm, y, share, plan)


def plan_effect__wrong_outcome_by_label(arm, outcome, share, plan):
    """outcome[i] is a label in a Series: a sampled log has the index [1, 0]."""
    return plan_effect__right_loop_once_more(
        arm, [outcome[i] for i in range(len(arm))], share, plan
    )


def plan_effect__wrong_outcome_changed(arm, outcome, share, plan):
    """Multiplies in place: an array outcome of floats is changed."""
    arm, d, share, plan = _d(arm, outcome, share, plan)
    d *= (arm == plan) / share[plan] - (arm == 0) / share[0]
    return _interval(d)


def plan_effect__wrong_weights_capped(arm, outcome, share, plan):
    """Weights are capped at 10: a share of 0.05 has the weight 20."""
    arm, y, share, plan = _d(arm, outcome, share, plan)
    return plan_effect__right_vectorised(arm, y, np.maximum(share, 0.1), plan)


def price_now__right_straight(gain, cost, budget, spent, expected, seen):
    """Money left, users to come, share of the sample."""
    left = budget - spent
    if spent >= budget:
        return math.inf
    expected, seen = np.asarray(expected, dtype=float), np.asarray(seen, dtype=float)
    so_far, to_come = expected[: len(seen)].sum(), expected[len(seen) :].sum()
    if so_far > 0:
        to_come *= seen.sum() / so_far
    if to_come == 0:
        return 0.0
    return price_of_budget__right_halving(gain, cost, left * len(gain) / to_come)


def price_now__right_fractions(gain, cost, budget, spent, expected, seen):
    """Exact fractions up to the budget of the sample; price from exact slopes."""
    spent, budget = Fraction(float(spent)), Fraction(float(budget))
    if budget <= spent:
        return float("inf")
    hours, came = [Fraction(float(x)) for x in expected], [Fraction(float(x)) for x in seen]
    so_far, later = sum(hours[: len(came)]), sum(hours[len(came) :])
    users = later * sum(came) / so_far if so_far else later
    if not users:
        return 0.0
    money = (budget - spent) * len(cost) / users
    return price_of_budget__right_all_slopes(gain, cost, float(money))


def price_now__right_total_forecast(gain, cost, budget, spent, expected, seen):
    """Hours in an iterator; a division by zero means that nothing is known or nobody comes."""
    if not spent < budget:
        return math.inf
    hours = iter(np.asarray(expected, dtype=float).tolist())
    come, forecast = 0.0, 0.0
    for users in np.asarray(seen, dtype=float).tolist():
        come, forecast = come + users, forecast + next(hours)
    rest = math.fsum(hours)
    try:
        rest = rest * come / forecast
    except ZeroDivisionError:
        pass
    try:
        each = (float(budget) - float(spent)) / float(rest)
    except ZeroDivisionError:
        return 0.0
    return price_of_budget__right_rising_price(gain, cost, each * len(list(gain)))


def price_now__right_frame(gain, cost, budget, spent, expected, seen):
    """A table of hours; hours without a count are those to come."""
    table = pd.DataFrame({"expected": np.array(expected, dtype=float)})
    table["seen"] = pd.Series(np.array(seen, dtype=float), dtype=float)
    over = table["seen"].notna()
    before = table.loc[over, "expected"].sum()
    factor = table["seen"].sum() / before if before > 0 else 1.0
    users = factor * table.loc[~over, "expected"].sum()
    if spent >= budget:
        return math.inf
    money = np.inf if users == 0 else (budget - spent) * np.shape(gain)[0] / users
    return 0.0 if np.isinf(money) else price_of_budget__right_steps(gain, cost, money)


def _pn(gain, cost, budget, spent, to_come, n=None):
    if spent >= budget:
        return math.inf
    if to_come <= 0:
        return 0.0
    money = (budget - spent) * (len(gain) if n is None else n) / to_come
    return price_of_budget__right_halving(gain, cost, money)


def _pn_hours(expected, seen):
    expected, seen = np.asarray(expected, dtype=float), np.asarray(seen, dtype=float)
    return expected[: len(seen)], expected[len(seen) :], seen


def _pn_to_come(expected, seen):
    past, later, seen = _pn_hours(expected, seen)
    return later.sum() * (seen.sum() / past.sum() if past.sum() > 0 else 1.0)


def price_now__wrong_all_spent(gain, cost, budget, spent, expected, seen):
    """spent > budget: with all of the budget spent the price is that of 0 USD, and not inf."""
    if spent == budget:
        spent, budget = 0.0, 1e-12
    return _pn(gain, cost, budget, spent, _pn_to_come(expected, seen))


def price_now__wrong_nobody_checked_first(gain, cost, budget, spent, expected, seen):
    """At midnight with nothing left: 0 and not inf."""
    to_come = _pn_to_come(expected, seen)
    return 0.0 if to_come <= 0 else _pn(gain, cost, budget, spent, to_come)


def price_now__wrong_nobody_came_once_more(gain, cost, budget, spent, expected, seen):
    """expected [50, 50], seen [0]: the forecast is kept, but nobody is still to come."""
    past, later, seen = _pn_hours(expected, seen)
    factor = seen.sum() / past.sum() if seen.sum() > 0 and past.sum() > 0 else 1.0
    return _pn(gain, cost, budget, spent, later.sum() * factor)


def price_now__wrong_nobody_expected(gain, cost, budget, spent, expected, seen):
    """expected [0, 50], seen [3]: the factor is 0, but the forecast should be kept."""
    past, later, seen = _pn_hours(expected, seen)
    factor = 1.0 if not len(seen) else seen.sum() / past.sum() if past.sum() > 0 else 0.0
    return _pn(gain, cost, budget, spent, later.sum() * factor)


def price_now__wrong_last_hour_once_more(gain, cost, budget, spent, expected, seen):
    """The last hour alone is compared: expected [50, 50, 50], seen [40, 60]."""
    past, later, seen = _pn_hours(expected, seen)
    factor = seen[-1] / past[-1] if len(seen) and past[-1] > 0 else 1.0
    return _pn(gain, cost, budget, spent, later.sum() * factor)


def price_now__wrong_mean_of_ratios_once_more(gain, cost, budget, spent, expected, seen):
    """Mean of the hourly ratios, not ratio of the sums: expected [10, 90, 50], seen [20, 90]."""
    past, later, seen = _pn_hours(expected, seen)
    known = past > 0
    factor = (seen[known] / past[known]).mean() if known.any() else 1.0
    return _pn(gain, cost, budget, spent, later.sum() * factor)


def price_now__wrong_mean_hour(gain, cost, budget, spent, expected, seen):
    """Hours left x the mean of the forecast: expected [10, 90], seen [10] has 50 to come."""
    past, later, seen = _pn_hours(expected, seen)
    factor = seen.sum() / past.sum() if past.sum() > 0 else 1.0
    hours = np.asarray(expected, dtype=float)
    mean = hours.mean() if len(hours) else 0.0
    return _pn(gain, cost, budget, spent, len(later) * mean * factor)


def price_now__wrong_never_more(gain, cost, budget, spent, expected, seen):
    """No more users than forecast are taken: expected [50, 50], seen [70]."""
    past, later, seen = _pn_hours(expected, seen)
    factor = min(1.0, seen.sum() / past.sum()) if past.sum() > 0 else 1.0
    return _pn(gain, cost, budget, spent, later.sum() * factor)


def price_now__wrong_whole_users(gain, cost, budget, spent, expected, seen):
    """Users still to come are cut to a whole number: 2.7 are 2, and 0.4 are nobody."""
    return _pn(gain, cost, budget, spent, int(_pn_to_come(expected, seen)))


def price_now__wrong_sample_of_winners(gain, cost, budget, spent, expected, seen):
    """Counts only sampled users who gain from a coupon: [[0, 6], [0, -1]] is a sample of two."""
    n = int((np.asarray(gain, dtype=float).max(axis=1) > 0).sum())
    return _pn(gain, cost, budget, spent, _pn_to_come(expected, seen), n)


def price_now__wrong_truth_of_array(gain, cost, budget, spent, expected, seen):
    """ "if not seen" raises for an array of two hours."""
    if not seen:
        return _pn(gain, cost, budget, spent, float(np.sum(expected)))
    return _pn(gain, cost, budget, spent, _pn_to_come(expected, seen))


def price_now__wrong_hours_without_forecast(gain, cost, budget, spent, expected, seen):
    """Users of hours with a forecast of 0 are not counted: expected [0, 50, 50], seen [9, 50]."""
    past, later, seen = _pn_hours(expected, seen)
    factor = seen[past > 0].sum() / past.sum() if past.sum() > 0 else 1.0
    return _pn(gain, cost, budget, spent, later.sum() * factor)


def price_now__wrong_hours_deleted(gain, cost, budget, spent, expected, seen):
    """Takes the hours that are over out of the list of the caller."""
    to_come = _pn_to_come(expected, seen)
    if isinstance(expected, list):
        del expected[: len(seen)]
    return _pn(gain, cost, budget, spent, to_come)


TRUE = {
    "plan_effect__wrong_either_or": ("control_forgotten_where_it_matches",),
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
    "gain_and_cost__wrong_gain_clipped": ("harm_cut_off",),
    "gain_and_cost__wrong_value_along_faces_once_more": ("values_along_the_faces",),
    "gain_and_cost__wrong_p_changed": ("chances_overwritten",),
    "gain_and_cost__wrong_faces_of_notebook": ("usual_faces",),
    "monotone_response__wrong_no_way_back": ("one_pass",),
    "monotone_response__wrong_weight_of_pool_lost": ("weight_of_a_pool_not_added",),
    "monotone_response__wrong_raw_neighbours": ("one_pass",),
    "monotone_response__wrong_direction_by_data": ("direction_from_the_rates",),
    "monotone_response__wrong_by_label": ("labels_taken_for_places",),
    "monotone_response__wrong_empty_once_more": ("empty_fails",),
    "monotone_response__wrong_ints_stay_ints": ("rates_kept_whole",),
    "efficient_steps__wrong_nearest_of_equal_once_more": ("nearest_of_equals",),
    "efficient_steps__wrong_equal_as_floats": ("compared_to_the_last_digit",),
    "efficient_steps__wrong_equal_to_1e_9": ("compared_too_roughly",),
    "efficient_steps__wrong_stops_at_harm": ("stops_at_first_bend",),
    "efficient_steps__wrong_step_without_gain": ("losses_kept",),
    "efficient_steps__wrong_whole_hull": ("losses_kept",),
    "allocate_budget__wrong_goes_on_once_more": ("goes_on_after_the_first",),
    "allocate_budget__wrong_no_tolerance": ("no_room_for_rounding",),
    "allocate_budget__wrong_ties_later_first": ("higher_user_first",),
    "allocate_budget__wrong_ties_cheap_first": ("equal_ratios_by_size",),
    "allocate_budget__wrong_never_upgraded_once_more": ("best_ratio_never_upgraded",),
    "allocate_budget__wrong_upgrade_at_full_cost": ("upgrade_charged_in_full",),
    "price_of_budget__wrong_at_most_100": ("price_below_a_limit",),
    "price_of_budget__wrong_low_end": ("overspending_side_returned",),
    "price_of_budget__wrong_no_tolerance": ("no_room_in_the_price",),
    "price_of_budget__wrong_neighbours": ("ratios_between_neighbours",),
    "gain_bound__wrong_worth_of_spent": ("gain_of_the_plan",),
    "gain_bound__wrong_best_of_each_face": ("best_user_of_each_face",),
    "kill_allocation__wrong_bound_reached": ("rejects_any_plan",),
    "kill_allocation__wrong_mean_step": ("rejects_any_plan",),
    "kill_allocation__wrong_money_must_go": ("rejects_any_plan",),
    "kill_allocation__wrong_strict_budget": ("rejects_any_plan",),
    "kill_allocation__wrong_three_users": ("checks_the_budget_only",),
    "plan_effect__wrong_no_coupon_counts_once": ("control_forgotten_where_it_matches",),
    "plan_effect__wrong_observed_shares": ("measured_shares",),
    "plan_effect__wrong_share_of_none": ("share_of_no_coupon_for_all",),
    "price_now__wrong_all_spent": ("price_when_just_spent",),
    "price_now__wrong_nobody_checked_first": ("zero_at_the_end_though_spent",),
    "price_now__wrong_nobody_came_once_more": ("nobody_came_is_no_news",),
    "price_now__wrong_last_hour_once_more": ("last_hour_only",),
    "price_now__wrong_mean_of_ratios_once_more": ("mean_of_hourly_ratios",),
}


# ---- written later, for slips of the second order ----

import heapq
import math

import numpy as np
import bisect
import statistics


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


def price_of_budget__right_bisection_again_a_second_time(gain, cost, budget):
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


def allocate_budget__right_heap_again_a_second_time(gain, cost, budget):
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
    for trial in range(12):
        n = [1, 2, 30, 60][trial % 4]
        gain, cost = _market(rng, n, [2, 3, 4, 5][trial // 4 % 4])
        all_of_it = sum(c[-1] for c in cost)
        for share in (0.0, 0.05, 0.3, 1.5):
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
    crowds = [[k] * 20 for k in names] + [[k] for k in names] + [names * 8, names[::-1] * 3]
    crowds += [[a] * 10 + [b] * 10 for a, b in itertools.pairwise(names)]
    for crowd in crowds:
        gain = [list(map(float, kinds[k][0])) for k in crowd]
        cost = [list(map(float, kinds[k][1])) for k in crowd]
        most = sum(c[-1] for c in cost)
        for budget in (0.0, 0.3, 0.25 * most, 0.5 * most, 0.9 * most, 2 * most):
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


def gain_and_cost__right_einsum(p, order_value, faces):
    """Right: einsum for both tables, on copies."""
    p = np.array(p, dtype=float)
    v, f = np.array(order_value, dtype=float), np.array(faces, dtype=float)
    return np.einsum("uf,u->uf", p - p[:, :1], v), np.einsum("uf,f->uf", p, f)


def gain_and_cost__right_rows_of_lists(p, order_value, faces):
    """Right: plain loops over rows; the shape is restored at the end."""
    rows, faces = np.asarray(p).tolist(), np.asarray(faces).tolist()
    gain, cost = [], []
    for row, v in zip(rows, np.asarray(order_value).tolist()):
        gain += [v * q - v * row[0] for q in row]
        cost += [face * q for face, q in zip(faces, row)]
    shape = (len(rows), len(faces))
    return np.array(gain, dtype=float).reshape(shape), np.array(cost, dtype=float).reshape(shape)


def gain_and_cost__right_diagonal_matrices(p, order_value, faces):
    """Right: as matrix products: diag(v) P D with D subtracting column 0, and P diag(faces)."""
    p = np.asarray(p, dtype=float)
    n_faces = len(np.asarray(faces))
    take_first = np.eye(n_faces)
    take_first[0] -= 1
    gain = (np.asarray(order_value, dtype=float) * (p @ take_first).T).T
    return gain, p @ np.diag(np.asarray(faces, dtype=float))


def gain_and_cost__wrong_subtracts_in_place(p, order_value, faces):
    """Wrong: the caller's float array p is overwritten. Input: p = np.array([[.1, .3]])."""
    p = np.asarray(p, dtype=float)
    cost = p * np.asarray(faces, dtype=float)
    p -= p[:, [0]]
    return p * np.asarray(order_value, dtype=float)[:, None], cost


def gain_and_cost__wrong_zeros_like_of_ints(p, order_value, faces):
    """Wrong: tables take the dtype of p, 0/1 chances truncate. Input: [[0, 1]], [19.99], [0, 5]."""
    p, faces = np.asarray(p), np.asarray(faces)
    gain, cost = np.zeros_like(p), np.zeros_like(p)
    for u, v in enumerate(np.asarray(order_value)):
        gain[u] = v * (p[u] - p[u, 0])
        cost[u] = faces * p[u]
    return gain.astype(float), cost.astype(float)


def gain_and_cost__wrong_those_put_off_redeem(p, order_value, faces):
    """Wrong: cost = face x (p_0 + new buyers, at least 0). Input: [[.5, .3]], [10], [0, 5]."""
    p, faces = np.array(p, dtype=float), np.array(faces, dtype=float)
    extra = p - p[:, :1]
    cost = faces * (p[:, :1] + extra.clip(min=0))
    return extra * np.array(order_value, dtype=float)[:, None], cost


def gain_and_cost__wrong_cents_once_more(p, order_value, faces):
    """Wrong: USD rounded to cents. Input: [[.1, .1001]], [9], [0, 5]."""
    p = np.array(p, dtype=float)
    gain = (p - p[:, :1]) * np.array(order_value, dtype=float)[:, None]
    return gain.round(2), (p * np.array(faces, dtype=float)).round(2)


def gain_and_cost__wrong_lift_of_nobody(p, order_value, faces):
    """Wrong: through the relative lift p / p_0 - 1: NaN where p_0 is 0. Input: [[0, .2]]."""
    p = np.array(p, dtype=float)
    base = p[:, :1] * np.array(order_value, dtype=float)[:, None]
    with np.errstate(all="ignore"):
        gain = base * (p / p[:, :1] - 1)
    return gain, p * np.array(faces, dtype=float)


def gain_and_cost__wrong_running_maximum(p, order_value, faces):
    """Wrong: chances repaired first so that they never fall. Input: [[.1, .4, .3]]."""
    p = np.maximum.accumulate(np.array(p, dtype=float), axis=1)
    gain = (p - p[:, :1]) * np.array(order_value, dtype=float)[:, None]
    return gain, p * np.array(faces, dtype=float)


def monotone_response__right_scipy_once_again(rate, n):
    """Right: scipy's isotonic_regression, empty input apart."""
    y, w = np.array(rate, dtype=float), np.array(n, dtype=float)
    return isotonic_regression(y, weights=w).x.copy() if len(y) else np.empty(0)


def monotone_response__right_exact_max_min(rate, n):
    """Right: the max-min formula, in exact fractions."""
    y = [Fraction(float(x)) for x in np.asarray(rate, dtype=float)]
    w = [Fraction(float(x)) for x in np.asarray(n, dtype=float)]
    total, weight = [Fraction(0)], [Fraction(0)]
    for a, b in zip(y, w):
        total.append(total[-1] + a * b)
        weight.append(weight[-1] + b)

    def mean(i, j):
        return (total[j] - total[i]) / (weight[j] - weight[i])

    m = len(y)
    return np.array(
        [
            float(max(min(mean(i, j) for j in range(k + 1, m + 1)) for i in range(k + 1)))
            for k in range(m)
        ],
        dtype=float,
    )


def monotone_response__right_convex_minorant(rate, n):
    """Right: slopes of the greatest convex minorant: from each corner the flattest chord, farthest end."""
    y, w = np.array(rate, dtype=float), np.array(n, dtype=float)
    curve, i = np.empty(len(y)), 0
    while i < len(y):
        means = np.cumsum(w[i:] * y[i:]) / np.cumsum(w[i:])
        k = int(np.flatnonzero(means == means.min())[-1])
        curve[i : i + k + 1] = means[k]
        i += k + 1
    return np.maximum.accumulate(curve) if len(curve) else curve


def _pools(y, w):
    pools = []
    for a, b in zip(y, w):
        pools.append([a, b, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            m, v, k = pools.pop()
            p = pools[-1]
            pools[-1] = [(p[0] * p[1] + m * v) / (p[1] + v), p[1] + v, p[2] + k]
    return pools


def monotone_response__wrong_no_cascade(rate, n):
    """Wrong: a new pool is not compared with the pool before it. Input: [.3, .4, .1], [1, 1, 1]."""
    pools = []
    for a, b in zip(np.asarray(rate, dtype=float), np.asarray(n, dtype=float)):
        if pools and pools[-1][0] > a:
            m, v, k = pools[-1]
            pools[-1] = [(m * v + a * b) / (v + b), v + b, k + 1]
        else:
            pools.append([a, b, 1])
    return np.array([m for m, _, k in pools for _ in range(k)], dtype=float)


def monotone_response__wrong_pool_forgets_its_users(rate, n):
    """Wrong: a pool goes on with the users of its last rate only. Input: [.5, .4, .3], [9, 1, 1]."""
    pools = []
    for a, b in zip(np.asarray(rate, dtype=float), np.asarray(n, dtype=float)):
        pools.append([a, b, 1])
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            m, v, k = pools.pop()
            q, u, j = pools.pop()
            pools.append([(q * u + m * v) / (u + v), v, j + k])
    return np.array([m for m, _, k in pools for _ in range(k)], dtype=float)


def monotone_response__wrong_labels_once_more(rate, n):
    """Wrong: rate[i] is a label of a Series. Input: Series([.1, .3, .2], index=[2, 1, 0])."""
    pools = _pools([float(rate[i]) for i in range(len(rate))], [float(n[i]) for i in range(len(n))])
    return np.array([m for m, _, k in pools for _ in range(k)], dtype=float)


def monotone_response__wrong_integer_curve_once_more(rate, n):
    """Wrong: the curve has the dtype of the rates, 1 and 0 pool to 0. Input: [1, 0], [1, 1]."""
    curve, at = np.array(rate), 0
    for m, _, k in _pools(np.asarray(rate, dtype=float), np.asarray(n, dtype=float)):
        curve[at : at + k] = m
        at += k
    return curve.astype(float)


def monotone_response__wrong_written_into_rate(rate, n):
    """Wrong: a float array or Series given as rate is overwritten. Input: np.array([.3, .2])."""
    curve, at = np.asarray(rate, dtype=float), 0
    if not curve.flags.writeable:
        curve = curve.copy()
    for m, _, k in _pools(curve.copy(), np.asarray(n, dtype=float)):
        curve[at : at + k] = m
        at += k
    return curve


def monotone_response__wrong_whole_buyers(rate, n):
    """Wrong: buyers = rate x n rounded to whole people before pooling. Input: [.35, .3], [1, 2]."""
    n = np.asarray(n, dtype=float)
    buyers = np.rint(np.asarray(rate, dtype=float) * n)
    curve = np.array(rate, dtype=float)
    at = 0
    for _, _, k in _pools(curve.copy(), n):
        if k > 1:
            curve[at : at + k] = buyers[at : at + k].sum() / n[at : at + k].sum()
        at += k
    return curve


def monotone_response__wrong_empty_raises(rate, n):
    """Wrong: sklearn refuses an empty input. Input: [], []."""
    y = np.asarray(rate, dtype=float)
    return IsotonicRegression().fit_transform(np.arange(len(y)), y, sample_weight=np.asarray(n))


def monotone_response__wrong_direction_auto_once_more(rate, n):
    """Wrong: increasing='auto' keeps a falling curve. Input: [.3, .2, .1], [1, 1, 1]."""
    y = np.asarray(rate, dtype=float)
    if len(y) < 2:
        return y.copy()
    model = IsotonicRegression(increasing="auto")
    return model.fit_transform(np.arange(len(y)), y, sample_weight=np.asarray(n))


def monotone_response__wrong_level_but_two_pools(rate, n):
    """Wrong: right sweep repeated n times, but neighbours averaged pairwise, not as pools. Input: [.3, .2, .1], [1, 1, 1] gives no level curve."""
    y, w = np.array(rate, dtype=float), np.asarray(n, dtype=float)
    for _ in range(len(y)):
        for i in range(len(y) - 1):
            if y[i] > y[i + 1]:
                y[i : i + 2] = (y[i] * w[i] + y[i + 1] * w[i + 1]) / (w[i] + w[i + 1])
    return y


def efficient_steps__right_restart(gain, cost):
    """Right: the ratio to each larger face value, the farthest of the best."""
    gain, cost, at, steps = [float(x) for x in gain], [float(x) for x in cost], 0, []
    while True:
        later = [(j, cost[j] - cost[at], gain[j] - gain[at]) for j in range(at + 1, len(gain))]
        later = [s for s in later if s[2] > 0]
        if not later:
            return steps
        best = max(s[2] / s[1] for s in later)
        steps.append(max(s for s in later if s[2] / s[1] >= best * (1 - 1e-12)))
        at = steps[-1][0]


def efficient_steps__right_recursion(gain, cost):
    """Right: recursion on the present face value, with math.isclose for ties."""
    g, c = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)

    def onwards(at):
        better = [j for j in range(at + 1, len(g)) if g[j] > g[at]]
        if not better:
            return []
        ratio = {j: (g[j] - g[at]) / (c[j] - c[at]) for j in better}
        top = max(ratio.values())
        to = max(j for j in better if math.isclose(ratio[j], top, rel_tol=1e-12))
        return [(to, float(c[to] - c[at]), float(g[to] - g[at])), *onwards(to)]

    return onwards(0)


def efficient_steps__right_hull_stack(gain, cost):
    """Right: upper hull with a stack, from right to left up to the cheapest largest gain."""
    g, c = np.array(gain, dtype=float), np.array(cost, dtype=float)
    top = int(np.argmax(g))  # the first of equal ones
    nxt = [None] * (top + 1)
    stack = [top]
    for i in range(top - 1, -1, -1):
        # pop while going on from the top of the stack is at least as good per USD
        while len(stack) > 1:
            j, k = stack[-1], stack[-2]
            one = (g[j] - g[i]) / (c[j] - c[i])
            two = (g[k] - g[i]) / (c[k] - c[i])
            if two >= one - 1e-12 * abs(one):
                stack.pop()
            else:
                break
        nxt[i] = stack[-1]
        stack.append(i)
    steps, at = [], 0
    while at != top:
        to = nxt[at]
        steps.append((to, float(c[to] - c[at]), float(g[to] - g[at])))
        at = to
    return steps


def _steps_10(gain, cost, close, positive=lambda x: x > 0):
    g, c, at, steps = [float(x) for x in gain], [float(x) for x in cost], 0, []
    while True:
        later = [(j, c[j] - c[at], g[j] - g[at]) for j in range(at + 1, len(g))]
        later = [s for s in later if positive(s[2])]
        if not later:
            return steps
        best = max(s[2] / s[1] for s in later)
        steps.append(max(s for s in later if close(s[2] / s[1], best)))
        at = steps[-1][0]


def efficient_steps__wrong_exact_ties_once_more(gain, cost):
    """Wrong: ratios equal up to rounding are no tie. Input: [0, 0.30000000000000004, 0.9], [0, 0.2, 0.6000000000000001]."""
    return _steps_10(gain, cost, lambda a, b: a == b)


def efficient_steps__wrong_absolute_tolerance(gain, cost):
    """Wrong: 1e-12 absolute: tiny ratios all tie. Input: [0, 3e-13, 4e-13], [0, 1, 2]."""
    return _steps_10(gain, cost, lambda a, b: b - a <= 1e-12)


def efficient_steps__wrong_isclose_default(gain, cost):
    """Wrong: np.isclose's 1e-5 makes a tie of different ratios. Input: [0, 1.000001, 2], [0, 1, 2]."""
    return _steps_10(gain, cost, lambda a, b: bool(np.isclose(a, b)))


def efficient_steps__wrong_twelve_decimals(gain, cost):
    """Wrong: ties by round(ratio, 12): large ratios that differ by rounding are no tie. Input: [0, 428571.42857142864, 1285714.285714286], [0, 0.2, 0.6000000000000001]."""
    return _steps_10(gain, cost, lambda a, b: round(a, 12) == round(b, 12))


def efficient_steps__wrong_stops_at_a_dip(gain, cost):
    """Wrong: ends when the next face value gains nothing more. Input: [0, 2, 1, 3], [0, 1, 2, 3]."""
    g, c, at, steps = list(gain), list(cost), 0, []
    while at + 1 < len(g):
        if at > 0 and g[at + 1] <= g[at]:
            break
        ratio = [(g[j] - g[at]) / (c[j] - c[at]) for j in range(at + 1, len(g))]
        best = max(ratio)
        if best <= 0:
            break
        to = at + 1 + max(j for j, r in enumerate(ratio) if r >= best * (1 - 1e-12))
        steps.append((to, float(c[to] - c[at]), float(g[to] - g[at])))
        at = to
    return steps


def efficient_steps__wrong_average_ratio(gain, cost):
    """Wrong: later steps by gain / cost from nothing, not from the present. Input: [0, 10, 11, 14], [0, 1, 2, 4]."""
    g, c, at, steps = list(gain), list(cost), 0, []
    while True:
        later = [j for j in range(at + 1, len(g)) if g[j] > g[at]]
        if not later:
            return steps
        best = max(g[j] / c[j] for j in later)
        to = max(j for j in later if g[j] / c[j] >= best - 1e-12 * abs(best))
        steps.append((to, float(c[to] - c[at]), float(g[to] - g[at])))
        at = to


def efficient_steps__wrong_one_sweep(gain, cost):
    """Wrong: points below the chord of their two neighbours are removed once only. Input: four coupons with a hollow, [0, 0, 1, 3, 10], [0, 1, 2, 3, 4]."""
    g, c = [float(x) for x in gain], [float(x) for x in cost]
    kept = [0] + [j for j in range(1, len(g)) if g[j] > max(g[:j])]
    hull = kept[:1]
    for i in range(1, len(kept)):
        if i < len(kept) - 1:
            a, b, d = hull[-1], kept[i], kept[i + 1]
            one, two = (g[b] - g[a]) / (c[b] - c[a]), (g[d] - g[a]) / (c[d] - c[a])
            if two >= one * (1 - 1e-12):
                continue
        hull.append(kept[i])
    return [(b, c[b] - c[a], g[b] - g[a]) for a, b in zip(hull, hull[1:])]


def efficient_steps__wrong_consumes_its_lists(gain, cost):
    """Wrong: cuts the caller's lists after the last step. Input: [0, 4, 1], [0, 1, 2]: two elements are left."""
    steps = efficient_steps__right_restart(list(gain), list(cost))
    if isinstance(gain, list) and steps:
        while len(gain) > steps[-1][0] + 1:  # what is beyond the last step is never needed
            gain.pop()
            cost.pop()
    return steps


def efficient_steps__wrong_six_digits(gain, cost):
    """Wrong: extra gain rounded to six digits before it is compared. Input: [0, 1e-7], [0, 1]."""
    g, c = [float(x) for x in gain], [float(x) for x in cost]
    steps = _steps_10(g, c, lambda a, b: a >= b * (1 - 1e-12), lambda x: round(x, 6) > 0)
    return [(j, round(a, 6), round(b, 6)) for j, a, b in steps]


def _all_steps_10(gain, cost):
    """(ratio, user, face, extra cost) of all efficient steps, user by user."""
    g, c = np.asarray(gain, dtype=float).tolist(), np.asarray(cost, dtype=float).tolist()
    return [
        (b / a, u, j, a)
        for u in range(len(g))
        for j, a, b in efficient_steps__right_restart(g[u], c[u])
    ]


def _take_10(steps, n_users, budget):
    plan, used = [0] * n_users, 0.0
    for _, u, j, a in steps:
        if used + a > budget + 1e-9:
            break
        used += a
        plan[u] = j
    return plan


def allocate_budget__right_sorted_list_once_more(gain, cost, budget):
    """Right: one list, sorted by falling ratio and rising user."""
    return _take_10(
        sorted(_all_steps_10(gain, cost), key=lambda s: (-s[0], s[1])), len(gain), budget
    )


def allocate_budget__right_heap_of_next_steps(gain, cost, budget):
    """Right: a heap with the next step of each user only; exact sums."""
    g, c = np.asarray(gain, dtype=float).tolist(), np.asarray(cost, dtype=float).tolist()
    queues = [iter(efficient_steps__right_recursion(a, b)) for a, b in zip(g, c)]
    heap, plan = [], [0] * len(g)

    def push(u):
        step = next(queues[u], None)
        if step is not None:
            heapq.heappush(heap, (-step[2] / step[1], u, step))

    for u in range(len(g)):
        push(u)
    while heap:
        _, u, (j, _, _) = heapq.heappop(heap)
        total = math.fsum(c[k][plan[k] if k != u else j] for k in range(len(g)))
        if total > budget + 1e-9:
            break
        plan[u] = j
        push(u)
    return plan


def allocate_budget__right_stable_numpy(gain, cost, budget):
    """Right: stable argsort and a cumulative sum up to the first that does not fit."""
    steps = _all_steps_10(gain, cost)
    plan = np.zeros(len(gain), dtype=int)
    if steps:
        ratio, user, face, extra = (np.array(x) for x in zip(*steps))
        order = np.argsort(-ratio, kind="stable")
        n = np.searchsorted(np.cumsum(extra[order]), budget + 1e-9, side="right")
        np.maximum.at(plan, user[order[:n]], face[order[:n]])
    return plan.tolist()


def allocate_budget__wrong_ratio_to_nine_digits(gain, cost, budget):
    """Wrong: round(ratio, 9) makes ties: [[0, 1e-10], [0, 2e-10]], costs 1, budget 1."""
    steps = sorted(_all_steps_10(gain, cost), key=lambda s: (-round(s[0], 9), s[1]))
    return _take_10(steps, len(gain), budget)


def allocate_budget__wrong_unstable_argsort(gain, cost, budget):
    """Wrong: argsort's default is not stable: from 17 equal users on others are served."""
    steps = _all_steps_10(gain, cost)
    order = np.argsort([-s[0] for s in steps])
    return _take_10([steps[i] for i in order], len(gain), budget)


def allocate_budget__wrong_reversed_order(gain, cost, budget):
    """Wrong: a stable rising sort, reversed: of equal users the last first. Input: two equal users, money for one."""
    steps = _all_steps_10(gain, cost)
    order = np.argsort([s[0] for s in steps], kind="stable")[::-1]
    return _take_10([steps[i] for i in order], len(gain), budget)


def allocate_budget__wrong_smaller_face_before_lower_user(gain, cost, budget):
    """Wrong: tuples (ratio, face, user) are compared: user 1's face 1 before user 0's face 2. Input: [[0, 1, 4], [0, 2, 2]], [[0, 1, 2], [0, 1, 2]], 2."""
    heap = [(-r, j, u, a) for r, u, j, a in _all_steps_10(gain, cost)]
    heapq.heapify(heap)
    steps = []
    while heap:
        r, j, u, a = heapq.heappop(heap)
        steps.append((-r, u, j, a))
    return _take_10(steps, len(gain), budget)


def allocate_budget__wrong_whole_number_ratios(gain, cost, budget):
    """Wrong: the ratios are stored in an array of the gains' dtype: ints are cut. Input: [[0, 4], [0, 5]], [[0, 4], [0, 3]], 4."""
    steps = _all_steps_10(gain, cost)
    ratio = np.zeros(len(steps), dtype=np.asarray(gain).dtype)
    for i, s in enumerate(steps):
        ratio[i] = s[0]
    order = np.argsort(-ratio, kind="stable")
    return _take_10([steps[i] for i in order], len(gain), budget)


def allocate_budget__wrong_relative_tolerance_once_more(gain, cost, budget):
    """Wrong: math.isclose lets a large budget be passed by 1e-9 of it. Input: one user, cost 1000000.0005, budget 1e6."""
    plan, used = [0] * len(gain), 0.0
    for _, u, j, a in sorted(_all_steps_10(gain, cost), key=lambda s: (-s[0], s[1])):
        if used + a > budget and not math.isclose(used + a, budget, rel_tol=1e-9, abs_tol=1e-9):
            break
        used += a
        plan[u] = j
    return plan


def allocate_budget__wrong_tolerance_renewed(gain, cost, budget):
    """Wrong: what is left is cut at 0, so each step may use 1e-9 anew. Input: three users, costs 1e-9, budget 0."""
    plan, left = [0] * len(gain), budget
    for _, u, j, a in sorted(_all_steps_10(gain, cost), key=lambda s: (-s[0], s[1])):
        if a > left + 1e-9:
            break
        left = max(left - a, 0)
        plan[u] = j
    return plan


def allocate_budget__wrong_old_coupon_not_refunded(gain, cost, budget):
    """Wrong: an upgrade is charged its whole cost, not the extra. Input: [[0, 4, 6]], [[0, 1, 2]], 2."""
    c = np.asarray(cost, dtype=float).tolist()
    steps = sorted(_all_steps_10(gain, cost), key=lambda s: (-s[0], s[1]))
    return _take_10([(r, u, j, c[u][j]) for r, u, j, _ in steps], len(gain), budget)


def allocate_budget__wrong_single_precision(gain, cost, budget):
    """Wrong: ratios as float32 (a million users...): ratios that differ by 1e-9 tie. Input: [[0, 1], [0, 1.000000001]], costs 1, budget 1."""
    steps = sorted(_all_steps_10(gain, cost), key=lambda s: (-np.float32(s[0]), s[1]))
    return _take_10(steps, len(gain), budget)


def allocate_budget__wrong_ties_by_smaller_cost(gain, cost, budget):
    """Wrong: of equal ratios the cheaper step first. Input: [[0, 2], [0, 1]], [[0, 2], [0, 1]], 2."""
    steps = sorted(_all_steps_10(gain, cost), key=lambda s: (-s[0], s[3], s[1]))
    return _take_10(steps, len(gain), budget)


def _spent_at(gain, cost, price):
    face = (gain - price * cost).argmax(axis=1)
    return math.fsum(cost[np.arange(len(cost)), face].tolist())


def _arrays(gain, cost):
    return np.array(gain, dtype=float), np.array(cost, dtype=float)


def _top(gain, cost):
    return max(float((gain[:, 1:] / cost[:, 1:]).max(initial=0.0)), 0.0)


def price_of_budget__right_bisection_once_more(gain, cost, budget):
    """Right: bisection from twice the largest ratio, until the interval is tiny."""
    g, c = _arrays(gain, cost)
    if _spent_at(g, c, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 2 * _top(g, c) + 1e-9
    while high - low > 1e-8 * max(1.0, high):
        middle = (low + high) / 2
        if _spent_at(g, c, middle) <= budget + 1e-9:
            high = middle
        else:
            low = middle
    return high


def price_of_budget__right_from_the_steps(gain, cost, budget):
    """Right: falling ratios of the efficient steps; the ratio of the first that does not fit, a little raised."""
    g, c = _arrays(gain, cost)
    used = []
    for r, _, _, a in sorted(_all_steps_10(g, c), key=lambda s: (-s[0], s[1])):
        used.append(a)
        if math.fsum(used) > budget + 1e-9:
            price = r * (1 + 1e-9)
            while _spent_at(g, c, price) > budget + 1e-9:
                price += 1e-8 * max(1.0, price)
            return float(price)
    return 0.0


def price_of_budget__right_search_over_all_slopes(gain, cost, budget):
    """Right: every slope between two face values of a user is a candidate; binary search among them."""
    g, c = _arrays(gain, cost)
    slopes = {0.0}
    for i, j in itertools.combinations(range(g.shape[1]), 2):
        slopes.update(((g[:, j] - g[:, i]) / (c[:, j] - c[:, i])).tolist())
    slopes = sorted(s for s in slopes if s >= 0)
    prices = [slopes[0]] + [s * (1 + 2e-10) + 1e-12 for s in slopes[1:]]
    low, high = -1, len(prices) - 1
    while high - low > 1:
        middle = (low + high) // 2
        if _spent_at(g, c, prices[middle]) <= budget + 1e-9:
            high = middle
        else:
            low = middle
    return float(prices[high])


def _bisect(g, c, fits, high, halvings=200):
    low = 0.0
    for _ in range(halvings):
        middle = (low + high) / 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return low, high


def price_of_budget__wrong_price_at_most_100(gain, cost, budget):
    """Wrong: the search begins at 100. Input: [[0, 500]], [[0, 1]], budget 0: the price is 500."""
    g, c = _arrays(gain, cost)
    if _spent_at(g, c, 0.0) <= budget + 1e-9:
        return 0.0
    return _bisect(g, c, lambda x: _spent_at(g, c, x) <= budget + 1e-9, 100.0)[1]


def price_of_budget__wrong_thirty_halvings(gain, cost, budget):
    """Wrong: 30 halvings from the largest ratio: too coarse if one user's ratio is 1e6. Input: [[0, 1e6], [0, 1]], costs 1, budget 1."""
    g, c = _arrays(gain, cost)
    if _spent_at(g, c, 0.0) <= budget + 1e-9:
        return 0.0
    return _bisect(g, c, lambda x: _spent_at(g, c, x) <= budget + 1e-9, 2 * _top(g, c) + 1, 30)[1]


def price_of_budget__wrong_middle_of_the_interval(gain, cost, budget):
    """Wrong: the middle of the last interval spends too much. Input: [[0, 1]], [[0, 3]], budget 0."""
    g, c = _arrays(gain, cost)
    if _spent_at(g, c, 0.0) <= budget + 1e-9:
        return 0.0
    return (
        sum(_bisect(g, c, lambda x: _spent_at(g, c, x) <= budget + 1e-9, 2 * _top(g, c) + 1, 40))
        / 2
    )


def price_of_budget__wrong_no_tolerance_once_more(gain, cost, budget):
    """Wrong: three coupons of 0.1 do not fit into 0.3 (with a running sum). Input: three users [0, 1], [0, .1], budget .3."""
    g, c = _arrays(gain, cost)

    def fits(x):
        face = (g - x * c).argmax(axis=1)
        return sum(c[np.arange(len(c)), face].tolist()) <= budget

    return 0.0 if fits(0.0) else _bisect(g, c, fits, 2 * _top(g, c) + 1)[1]


def price_of_budget__wrong_dual_minimised(gain, cost, budget):
    """Wrong: minimize_scalar on the bound: it stops somewhere near the corner, often below. Input: [[0, 1]], [[0, 3]], budget 0."""
    g, c = _arrays(gain, cost)
    if _spent_at(g, c, 0.0) <= budget + 1e-9:
        return 0.0
    dual = lambda x: (g - x * c).max(axis=1).sum() + x * budget  # noqa: E731
    return float(minimize_scalar(dual, bounds=(0, 2 * _top(g, c) + 1), method="bounded").x)


def price_of_budget__wrong_inf_without_money(gain, cost, budget):
    """Wrong: inf for budget 0 (that is price_now); it is the largest ratio. Input: [[0, 2]], [[0, 1]], 0."""
    return (
        math.inf if budget <= 0 else price_of_budget__right_bisection_once_more(gain, cost, budget)
    )


def price_of_budget__wrong_six_digits(gain, cost, budget):
    """Wrong: rounded to six digits, may fall below λ and overspend. Input: [[0, 1]], [[0, 3]], budget 0: .333333."""
    return round(price_of_budget__right_bisection_once_more(gain, cost, budget), 6)


def price_of_budget__wrong_relative_slack(gain, cost, budget):
    """Wrong: isclose(spent, budget) forgives 1e-9 of a large budget. Input: [[0, 5]], [[0, 1000000.0005]], 1e6."""
    g, c = _arrays(gain, cost)

    def fits(x):
        spent = _spent_at(g, c, x)
        return spent <= budget or math.isclose(spent, budget, rel_tol=1e-9, abs_tol=1e-9)

    return 0.0 if fits(0.0) else _bisect(g, c, fits, 2 * _top(g, c) + 1)[1]


def price_of_budget__wrong_neighbour_slopes(gain, cost, budget):
    """Wrong: candidates are slopes between neighbours only, a skipped face hides the true one. Input: [[0, 1, 10]], [[0, 1, 6]], budget 0: 1.8 for 1.667."""
    g, c = _arrays(gain, cost)
    slopes = (np.diff(g, axis=1) / np.diff(c, axis=1)).ravel()
    for price in [0.0, *(np.sort(slopes[slopes > 0]) * (1 + 1e-9))]:
        if _spent_at(g, c, price) <= budget + 1e-9:
            return float(price)
    return float(slopes.max()) * (1 + 1e-9)


def gain_bound__right_numpy_once_more(gain, cost, budget, price):
    """Right: maxima of rows."""
    return float(
        (np.asarray(gain, float) - price * np.asarray(cost, float)).max(axis=1).sum()
        + price * budget
    )


def gain_bound__right_fsum_loops(gain, cost, budget, price):
    """Right: plain loops, fsum."""
    best = [
        max(float(g) - price * float(c) for g, c in zip(a, b))
        for a, b in zip(np.asarray(gain), np.asarray(cost))
    ]
    return math.fsum([*best, price * budget])


def gain_bound__right_steps_above_the_price(gain, cost, budget, price):
    """Right: by efficient steps: each step with a ratio above the price brings its gain less price x cost."""
    surplus = (a * (r - price) for r, _, _, a in _all_steps_10(gain, cost) if r > price)
    return price * budget + math.fsum(surplus)


def gain_bound__wrong_worth_of_what_is_spent(gain, cost, budget, price):
    """Wrong: price x spent instead of the whole budget. Input: [[0, 4]], [[0, 1]], 2, 1."""
    g, c = _arrays(gain, cost)
    net = g - price * c
    return float(net.max(axis=1).sum() + price * _spent_at(g, c, price))


def gain_bound__wrong_tightened(gain, cost, budget, price):
    """Wrong: cut at what all users could gain without a budget. Input: [[0, 4]], [[0, 1]], 20, 1."""
    g, c = _arrays(gain, cost)
    return float(min((g - price * c).max(axis=1).sum() + price * budget, g.max(axis=1).sum()))


def gain_bound__wrong_gain_overwritten(gain, cost, budget, price):
    """Wrong: a float array gain is changed. Input: np.array([[0, 4.]])."""
    net = np.asarray(gain, dtype=float)
    net -= price * np.asarray(cost, dtype=float)
    return float(net.max(axis=1).sum() + price * budget)


def gain_bound__wrong_whole_numbers(gain, cost, budget, price):
    """Wrong: the net gains are stored in an array of the gains' dtype. Input: ints, [[0, 4]], [[0, 1]], 1, 0.5."""
    gain, cost = np.asarray(gain), np.asarray(cost)
    net = np.empty_like(gain)
    net[...] = gain - price * cost
    return float(net.max(axis=1).sum() + price * budget)


def gain_bound__wrong_price_or_best_price(gain, cost, budget, price):
    """Wrong: `price or ...`: a price of 0 is taken for no price. Input: [[0, 4]], [[0, 1]], 0, 0: 4, not 0."""
    price = price or price_of_budget__right_bisection_once_more(gain, cost, budget)
    return gain_bound__right_numpy_once_more(gain, cost, budget, price)


def gain_bound__wrong_spendable_budget(gain, cost, budget, price):
    """Wrong: only as much of the budget as the dearest coupons for all can cost. Input: [[0, 4]], [[0, 1]], 9, 1."""
    g, c = _arrays(gain, cost)
    return float((g - price * c).max(axis=1).sum() + price * min(budget, c.max(axis=1).sum()))


def gain_bound__wrong_best_ratio_face(gain, cost, budget, price):
    """Wrong: each user gets her best ratio (or nothing), not her largest surplus. Input: [[0, 2, 3]], [[0, 1, 2]], 1, .1."""
    g, c = _arrays(gain, cost)
    face = 1 + (g[:, 1:] / c[:, 1:]).argmax(axis=1)
    rows = np.arange(len(g))
    return float((g - price * c)[rows, face].clip(min=0).sum() + price * budget)


def gain_bound__wrong_largest_gain_face(gain, cost, budget, price):
    """Wrong: each user gets her largest gain, or nothing. Input: [[0, 2, 3]], [[0, 1, 4]], 1, 1."""
    g, c = _arrays(gain, cost)
    rows = np.arange(len(g))
    return float((g - price * c)[rows, g.argmax(axis=1)].clip(min=0).sum() + price * budget)


def gain_bound__wrong_cents(gain, cost, budget, price):
    """Wrong: each user's surplus is rounded to cents. Input: [[0, .004]], [[0, .001]], 0, 1."""
    g, c = _arrays(gain, cost)
    return float((g - price * c).max(axis=1).round(2).sum() + price * budget)


def gain_bound__wrong_net_of_the_crowd(gain, cost, budget, price):
    """Wrong: below 0 counts: the best coupon is chosen where gain itself is above 0. Input: [[0, 1]], [[0, 4]], 1, 1: surplus 0, not -3."""
    g, c = _arrays(gain, cost)
    net = np.where(g[:, 1:] > 0, (g - price * c)[:, 1:], -np.inf).max(axis=1)
    few = (g.max(axis=1) / c.max(axis=1)) >= 0.9 * price  # "worth a look"
    return float(np.where(np.isfinite(net) & few, net, 0.0).sum() + price * budget)


def plan_effect__right_vectorised_once_more(arm, outcome, share, plan):
    """Right: NumPy by position."""
    a, y, s, q = (
        np.asarray(arm),
        np.asarray(outcome, dtype=float),
        np.asarray(share, dtype=float),
        np.asarray(plan),
    )
    d = ((a == q) / s[q] - (a == 0) / s[0]) * y
    half = 1.96 * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def plan_effect__right_fractions(arm, outcome, share, plan):
    """Right: exact fractions, one root at the end."""
    s = [Fraction(float(x)) for x in np.asarray(share, dtype=float)]
    d = []
    for a, y, q in zip(
        np.asarray(arm).tolist(), np.asarray(outcome).tolist(), np.asarray(plan).tolist()
    ):
        weight = (1 / s[q] if a == q else 0) - (1 / s[0] if a == 0 else 0)
        d.append(weight * Fraction(float(y)))
    n = len(d)
    mean = sum(d) / n
    half = 1.96 * math.sqrt(sum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return float(mean), float(mean) - half, float(mean) + half


def plan_effect__right_moments_by_arm(arm, outcome, share, plan):
    """Right: only the rows that differ from no coupon count; sums of d and d² over the pairs of arms."""
    frame = pd.DataFrame(
        {"a": np.asarray(arm), "y": np.asarray(outcome, dtype=float), "q": np.asarray(plan)}
    )
    share = list(np.asarray(share, dtype=float))
    n, d = len(frame), []
    for (a, q), rows in frame.groupby(["a", "q"])["y"]:
        if q != 0 and a in (0, q):
            d += [y / share[q] if a == q else -y / share[0] for y in rows]
    mean = math.fsum(d) / n
    around = math.fsum((x - mean) ** 2 for x in d) + (n - len(d)) * mean**2
    half = 1.96 * math.sqrt(around / (n - 1) / n)
    return mean, mean - half, mean + half


def _interval_10(d):
    d = np.asarray(d, dtype=float)
    half = 1.96 * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def plan_effect__wrong_aligned(arm, outcome, share, plan):
    """Wrong: weights with a fresh index meet the labels of outcome. Input: outcome = Series([9, 0, 5], index=[2, 1, 0])."""
    a, q, s = np.asarray(arm), np.asarray(plan), np.asarray(share, dtype=float)
    weight = pd.Series((a == q) / s[q] - (a == 0) / s[0])
    return _interval_10(weight * pd.Series(outcome))


def plan_effect__wrong_labels(arm, outcome, share, plan):
    """Wrong: outcome[i] is a label. Input: a Series with permuted labels, or labels 10, 11: KeyError."""
    d = [
        ((arm[i] == plan[i]) / share[plan[i]] - (arm[i] == 0) / share[0]) * outcome[i]
        for i in range(len(plan))
    ]
    return _interval_10(d)


def plan_effect__wrong_shares_of_the_log(arm, outcome, share, plan):
    """Wrong: the share of an arm is counted in the log, not taken from `share`. Input: arms 0, 0, 1 drawn with 1/2 each."""
    a, q, y = np.asarray(arm), np.asarray(plan), np.asarray(outcome, dtype=float)
    s = np.bincount(a, minlength=len(share)) / len(a)
    with np.errstate(all="ignore"):
        d = (np.where(a == q, 1 / s[q], 0) - np.where(a == 0, 1 / s[0], 0)) * y
    return _interval_10(d)


def plan_effect__wrong_self_normalised_once_more(arm, outcome, share, plan):
    """Wrong: weights are divided by their mean (Hájek). Input: [0, 1, 1], [1, 2, 2], [.5, .5], [1, 1, 1]."""
    a, q, y = np.asarray(arm), np.asarray(plan), np.asarray(outcome, dtype=float)
    s = np.asarray(share, dtype=float)
    w, w0 = (a == q) / s[q], (a == 0) / s[0]
    mean = (w * y).sum() / max(w.sum(), 1e-12) - (w0 * y).sum() / max(w0.sum(), 1e-12)
    _, low, high = _interval_10((w - w0) * y)
    return float(mean), float(mean - (high - low) / 2), float(mean + (high - low) / 2)


def plan_effect__wrong_whole_dollars(arm, outcome, share, plan):
    """Wrong: d takes the dtype of outcome: ints are cut. Input: outcome [1, 2, 0] (ints), share [.4, .6]."""
    a, q, y = np.asarray(arm), np.asarray(plan), np.asarray(outcome)
    d = np.zeros_like(y)
    s = np.asarray(share, dtype=float)
    d[...] = ((a == q) / s[q] - (a == 0) / s[0]) * y
    return _interval_10(d)


def plan_effect__wrong_weights_capped_once_more(arm, outcome, share, plan):
    """Wrong: 1 / share capped at 10. Input: a share of 0.05."""
    a, q, y = np.asarray(arm), np.asarray(plan), np.asarray(outcome, dtype=float)
    w = np.minimum(1 / np.asarray(share, dtype=float), 10)
    return _interval_10(((a == q) * w[q] - (a == 0) * w[0]) * y)


def plan_effect__wrong_outcome_overwritten(arm, outcome, share, plan):
    """Wrong: outcome (a float array or Series) is multiplied in place. Input: np.array([1., 2.])."""
    a, q, s = np.asarray(arm), np.asarray(plan), np.asarray(share, dtype=float)
    d = (
        outcome
        if isinstance(outcome, (np.ndarray, pd.Series)) and outcome.dtype == float
        else np.array(outcome, float)
    )
    d *= (a == q) / s[q] - (a == 0) / s[0]
    return _interval_10(d)


def plan_effect__wrong_either_or_once_more(arm, outcome, share, plan):
    """Wrong: elif: a row with arm 0 and plan 0 counts y / s0, not 0. Input: arm 0, plan 0, outcome 5."""
    d = []
    for a, y, q in zip(arm, np.asarray(outcome), plan):
        if a == q:
            d.append(y / share[q])
        elif a == 0:
            d.append(-y / share[0])
        else:
            d.append(0.0)
    return _interval_10(d)


def plan_effect__wrong_any_coupon_will_do(arm, outcome, share, plan):
    """Wrong: a row with another coupon than planned counts as if it were the planned one. Input: arm 2, plan 1."""
    a, q, y = np.asarray(arm), np.asarray(plan), np.asarray(outcome, dtype=float)
    s = np.asarray(share, dtype=float)
    return _interval_10((((a > 0) == (q > 0)) / s[q] - (a == 0) / s[0]) * y)


def plan_effect__wrong_only_plan_rows_in_spread(arm, outcome, share, plan):
    """Wrong: rows whose outcome is 0 are no observations for the standard deviation's centre: NaN-skipping of zeros when more than half are 0. Input: six rows, four of them outcome 0."""
    a, q, y = np.asarray(arm), np.asarray(plan), np.asarray(outcome, dtype=float)
    s = np.asarray(share, dtype=float)
    d = ((a == q) / s[q] - (a == 0) / s[0]) * y
    mean, low, high = _interval_10(d)
    if 2 * (y > 0).sum() < len(y) and (y > 0).sum() > 1:
        half = 1.96 * d[y > 0].std(ddof=1) / math.sqrt(len(d))
        return mean, mean - half, mean + half
    return mean, low, high


def price_now__right_plain_once_more(gain, cost, budget, spent, expected, seen):
    """Right: as the statement says, step by step."""
    seen, expected = [float(x) for x in seen], [float(x) for x in expected]
    if spent >= budget:
        return math.inf
    before, after = math.fsum(expected[: len(seen)]), math.fsum(expected[len(seen) :])
    coming = after * (math.fsum(seen) / before if before > 0 else 1.0)
    if coming <= 0:
        return 0.0
    return price_of_budget__right_bisection_once_more(
        gain, cost, (budget - spent) * len(gain) / coming
    )


def price_now__right_sample_blown_up(gain, cost, budget, spent, expected, seen):
    """Right: the sample's costs are raised to those who are to come; the price of gains raised as well."""
    if spent >= budget:
        return math.inf
    e, s = np.array(expected, dtype=float), np.array(seen, dtype=float)
    past, future = e[: s.size].sum(), e[s.size :].sum()
    coming = future * s.sum() / past if past > 0 else future
    if not coming > 0:
        return 0.0
    return price_of_budget__right_from_the_steps(
        gain, cost, float((budget - spent) / (coming / len(gain)))
    )


def price_now__right_fractions_once_more(gain, cost, budget, spent, expected, seen):
    """Right: exact fractions up to the budget of the sample."""
    left = Fraction(float(budget)) - Fraction(float(spent))
    if left <= 0:
        return float("inf")
    hours = iter(np.asarray(expected, dtype=float).tolist())
    came = over = Fraction(0)
    for s in np.asarray(seen, dtype=float).tolist():
        came += Fraction(s)
        over += Fraction(next(hours))
    coming = sum((Fraction(x) for x in hours), Fraction(0))
    if over:
        coming *= came / over
    if coming == 0:
        return 0.0
    return price_of_budget__right_search_over_all_slopes(
        gain, cost, float(left * len(gain) / coming)
    )


def _price_left(gain, cost, left, coming):
    if coming <= 0:
        return 0.0
    return price_of_budget__right_bisection_once_more(gain, cost, left * len(gain) / coming)


def price_now__wrong_nobody_expected_at_night(gain, cost, budget, spent, expected, seen):
    """Wrong: only an empty `seen` is treated apart; 0 expected so far divides by 0 (NaN: nobody to come). Input: expected [0, 50], seen [0]."""
    if spent >= budget:
        return math.inf
    k = len(seen)
    with np.errstate(all="ignore"):
        rate = np.float64(sum(seen)) / np.float64(sum(expected[:k])) if k else 1.0
    coming = sum(expected[k:]) * rate
    return _price_left(gain, cost, budget - spent, coming) if np.isfinite(coming) else 0.0


def price_now__wrong_nobody_to_come_first_once_more(gain, cost, budget, spent, expected, seen):
    """Wrong: 0 is returned for nobody to come although no money is left. Input: budget 10, spent 10, all hours over."""
    k = len(seen)
    before = sum(expected[:k])
    coming = sum(expected[k:]) * (sum(seen) / before if before else 1.0)
    if coming <= 0:
        return 0.0
    return math.inf if spent >= budget else _price_left(gain, cost, budget - spent, coming)


def price_now__wrong_nobody_came_is_no_news(gain, cost, budget, spent, expected, seen):
    """Wrong: if nobody came the forecast is taken as it is. Input: expected [50, 50], seen [0]: 0 is right."""
    if spent >= budget:
        return math.inf
    k = len(seen)
    before, came = sum(expected[:k]), sum(seen)
    coming = sum(expected[k:]) * (came / before if before and came else 1.0)
    return _price_left(gain, cost, budget - spent, coming)


def price_now__wrong_mean_of_hourly_rates(gain, cost, budget, spent, expected, seen):
    """Wrong: the mean of seen / expected by hour, not the ratio of the sums. Input: expected [10, 90, 50], seen [20, 45]."""
    if spent >= budget:
        return math.inf
    rates = [s / e for s, e in zip(seen, expected) if e > 0]
    coming = sum(expected[len(seen) :]) * (sum(rates) / len(rates) if rates else 1.0)
    return _price_left(gain, cost, budget - spent, coming)


def price_now__wrong_last_hour_only(gain, cost, budget, spent, expected, seen):
    """Wrong: the rate of the last hour. Input: expected [50, 50, 50], seen [50, 10]."""
    if spent >= budget:
        return math.inf
    k = len(seen)
    rate = seen[k - 1] / expected[k - 1] if k and expected[k - 1] > 0 else 1.0
    return _price_left(gain, cost, budget - spent, sum(expected[k:]) * rate)


def price_now__wrong_whole_users_once_more(gain, cost, budget, spent, expected, seen):
    """Wrong: users to come are rounded to whole ones: 0.4 becomes nobody. Input: expected [1, 1], seen [.4] or [1, .4], [1]."""
    if spent >= budget:
        return math.inf
    k = len(seen)
    before = sum(expected[:k])
    coming = round(sum(expected[k:]) * (sum(seen) / before if before else 1.0))
    return _price_left(gain, cost, budget - spent, coming)


def price_now__wrong_truth_of_an_array(gain, cost, budget, spent, expected, seen):
    """Wrong: `if not seen` with an array: [0.] is taken for "no hour yet", two hours raise. Input: seen = np.array([40, 30])."""
    if spent >= budget:
        return math.inf
    if not seen:
        rate = 1.0
    else:
        before = sum(expected[: len(seen)])
        rate = sum(seen) / before if before else 1.0
    return _price_left(gain, cost, budget - spent, sum(expected[len(seen) :]) * rate)


def price_now__wrong_all_spent_is_a_budget_of_nothing(gain, cost, budget, spent, expected, seen):
    """Wrong: spent == budget gives the price of a budget of 0, a number. Input: budget 10, spent 10: inf is right."""
    if spent > budget:
        return math.inf
    k = len(seen)
    before = sum(expected[:k])
    coming = sum(expected[k:]) * (sum(seen) / before if before else 1.0)
    return _price_left(gain, cost, budget - spent, coming)


def price_now__wrong_mean_hour_of_the_day(gain, cost, budget, spent, expected, seen):
    """Wrong: mean seen per hour over mean expected per hour of the whole day. Input: expected [10, 90], seen [10]."""
    if spent >= budget:
        return math.inf
    k = len(seen)
    rate = 1.0
    if k and sum(expected[:k]) > 0:
        rate = float(np.mean(seen) / np.mean(expected))
    return _price_left(gain, cost, budget - spent, sum(expected[k:]) * rate)


def price_now__wrong_nobody_left_has_no_price(gain, cost, budget, spent, expected, seen):
    """Wrong: inf when the last hour is over and money is left; 0 is right. Input: expected [50], seen [40]."""
    if spent >= budget or len(seen) == len(expected):
        return math.inf
    return price_now__right_plain_once_more(gain, cost, budget, spent, expected, seen)


_ALL_SIX = ([[0.401, 0.7, 0.803], [0.1, 0.704, 0.9], [0.2, 0.3, 0.907]], [25.0, 20.0, 20.5], 12.0)


_FIVE = {  # the first of these is missed by its input
    "never_upgraded": ([[0.7, 0.7, 1], [0.05, 0.05, 0.3], [0.05, 0.5, 0.9]], [60, 40, 60], 6.0),
    "cost_of_new_buyers": ([[0, 0.05, 0.1], [0, 0.05, 0.6], [0.1, 0.1, 0.4]], [80, 4, 10], 6.0),
    "steps_between_neighbours": (
        [[0.2, 0.5, 0.7], [0.05, 0.2, 0.8], [0, 0.2, 1], [0.1, 0.3, 0.5]],
        [80, 20, 10, 20],
        8.0,
    ),
    "largest_gain_first": (
        [[0.5, 0.8, 1], [0.05, 0.05, 0.1], [0.1, 0.2, 0.7], [0.2, 0.6, 0.8]],
        [25, 4, 60, 20],
        8.0,
    ),
}


_TWO = {
    "highest_conversion": ([[0.4, 0.8, 1], [0, 0.3, 0.5]], [10, 25], 4.0),
    "largest_gain_first": ([[0.4, 0.8, 1], [0, 0.3, 0.5]], [10, 25], 4.0),
    "cost_is_face": ([[0.1, 0.4, 0.5], [0.05, 0.1, 0.3]], [60, 40], 8.3),
    "cost_of_new_buyers": ([[0.4, 0.8, 1], [0, 0.3, 0.5]], [10, 25], 4.0),
    "never_upgraded": ([[0.1, 0.4, 0.5], [0.05, 0.1, 0.3]], [60, 40], 8.3),
    "steps_between_neighbours": ([[0.05, 0.06, 0.4], [0.2, 0.55, 0.6]], [60, 20], 4.4),
}


def break_budget__right_two_users_each(defect):
    """Right: a table of its own for each defect, two users."""
    return copy.deepcopy(_TWO[defect])


def break_budget__right_one_for_all_once_more(defect):
    """Right: one input of three users shows all six defects."""
    p, v, budget = copy.deepcopy(_ALL_SIX)
    return p, v, budget


def break_budget__right_four_users_reversed(defect):
    """Right: the two users of the table in the other order, and two who do not respond and cost too much to matter."""
    p, v, budget = copy.deepcopy(_TWO[defect])
    idle = [[0.3, 0.3, 0.3], [0.2, 0.2, 0.2]]
    return idle[:1] + p[::-1] + idle[1:], [1.0, *(float(x) for x in v[::-1]), 1], float(budget)


def break_budget__wrong_upgrade_not_needed(defect):
    """Wrong: one input for all, that never_upgraded plans rightly."""
    return copy.deepcopy(_FIVE["never_upgraded"])


def break_budget__wrong_nobody_skips(defect):
    """Wrong: one input for all, in which no step skips a face value: steps_between_neighbours is right on it."""
    return copy.deepcopy(_FIVE["steps_between_neighbours"])


def break_budget__wrong_loyal_user_missing(defect):
    """Wrong: nobody buys anyway among those who compete: cost_of_new_buyers plans rightly."""
    return copy.deepcopy(_FIVE["cost_of_new_buyers"])


def break_budget__wrong_dear_user_is_best(defect):
    """Wrong: one input for all, on which largest_gain_first finds the right plan."""
    return copy.deepcopy(_FIVE["largest_gain_first"])


def break_budget__wrong_ratio_is_not_best(defect):
    """Wrong: the right plan is not the best of all plans (refused), for every defect."""
    return [[0.1, 0.3, 0.4], [0.05, 0.7, 1.0], [0.3, 0.4, 0.9]], [40, 20, 10], 10.0


def break_budget__wrong_a_rich_order(defect):
    """Wrong: values scaled until an order is worth 125 USD (100 at most)."""
    p, v, budget = copy.deepcopy(_ALL_SIX)
    return p, [5 * x for x in v], budget


def break_budget__wrong_useless_coupon_falls(defect):
    """Wrong: the idle fourth user's chances fall from 0.3 to 0.299."""
    p, v, budget = copy.deepcopy(_ALL_SIX)
    return [*p, [0.3, 0.299, 0.299]], [*v, 1.0], budget


def break_budget__wrong_seventh_digit(defect):
    """Wrong: two users alike but for 1e-9 in p: the plans differ, their totals rounded to six digits do not."""
    return [[0.2, 0.5, 0.5], [0.2, 0.5 + 1e-9, 0.5 + 1e-9]], [20, 20], 2.6


def break_budget__wrong_fifth_user(defect):
    """Wrong: five users, 4 at most: two idle ones are added to three."""
    p, v, budget = copy.deepcopy(_ALL_SIX)
    return [*p, [0.3, 0.3, 0.3], [0.2, 0.2, 0.2]], [*v, 1.0, 1.0], budget


def _bound_and_step(gain, cost, budget):
    price = price_of_budget__right_bisection_once_more(gain, cost, budget)
    steps = [r * a for r, _, _, a in _all_steps_10(gain, cost)]
    return gain_bound__right_numpy_once_more(gain, cost, budget, price), max(steps, default=0.0)


def _kept(fn, gain, cost, budget):
    plan = fn(copy.deepcopy(gain), copy.deepcopy(cost), budget)
    plan = list(plan)
    if len(plan) != len(gain):
        return False
    for x in plan:
        if isinstance(x, (bool, np.bool_)) or int(x) != x or not 0 <= x < len(gain[0]):
            return False
    plan = [int(x) for x in plan]
    g = math.fsum(row[j] for row, j in zip(gain, plan))
    c = math.fsum(row[j] for row, j in zip(cost, plan))
    bound, step = _bound_and_step(gain, cost, budget)
    return c <= budget + 1e-6 and g >= bound - step - 1e-6


def _market_10(seed, users, kind):
    rng = np.random.default_rng(seed)
    p = np.sort(rng.uniform(0, 1, (users, 4)), axis=1) * rng.uniform(0.05, 1, (users, 1))
    value = rng.uniform(5, 100, users)
    if kind == "equal":
        p, value = np.tile(p[:1], (users, 1)), np.full(users, 40.0)
    if kind == "hollow":
        p[:, 1] = p[:, 0] + 0.02 * (p[:, 2] - p[:, 0]) + 1e-3
        p = np.sort(p, axis=1)
    if kind == "harm":
        p[::2, 1:] = p[::2, :1] * rng.uniform(0.2, 0.9, (len(p[::2]), 3))
    if kind == "loyal":
        p[::2] = 0.9 + p[::2] * 0.1
    p = p.clip(1e-3, 1)
    gain, cost = gain_and_cost__right_einsum(p, value, [0, 5, 10, 20])
    cost[:, 1:] = np.maximum.accumulate(cost[:, 1:], axis=1) + np.array([0, 1e-4, 2e-4])
    return gain.tolist(), cost.tolist()


_KINDS = ("mixed", "equal", "hollow", "harm", "loyal")


def kill_allocation__right_many_markets(fn):
    """Right: five kinds of markets, several budgets, the promise and nothing else."""
    for seed, kind in enumerate(_KINDS):
        gain, cost = _market_10(seed, 60, kind)
        whole = sum(row[-1] for row in cost)
        for budget in (0.0, 0.05 * whole, 0.3 * whole, 0.7 * whole, 2 * whole):
            if not _kept(fn, gain, cost, budget):
                return False
    one = [[0.0, 2.0, 3.0]], [[0.0, 1.0, 2.5]]
    return all(_kept(fn, *one, b) for b in (0.0, 0.5, 1.0, 2.5, 9.0))


def kill_allocation__right_random_until_tired(fn):
    """Right: eighty draws of 1 to 60 users and 2 to 5 face values, whole numbers, so with many ties; a few large ones."""
    rng = random.Random(11)
    for t in range(80):
        n, m = (rng.randint(1, 60), rng.randint(2, 5)) if t else (400, 4)
        gain = [[0] + [rng.randint(-3, 12) for _ in range(m - 1)] for _ in range(n)]
        cost = [
            [0, *itertools.accumulate(rng.randint(1, 5) for _ in range(m - 1))] for _ in range(n)
        ]
        budget = rng.choice([0, 0.5, rng.randint(0, 3 * n), 1.5 * n, sum(r[-1] for r in cost)])
        if not _kept(fn, gain, cost, budget):
            return False
    return True


def kill_allocation__right_lp_bound(fn):
    """Right: the bound is found without a price, from the sorted steps (the LP relaxation), and exceptions are a rejection."""
    try:
        for seed, kind in itertools.product(range(2), _KINDS):
            gain, cost = _market_10(10 + seed, 40, kind)
            steps = sorted(_all_steps_10(gain, cost), reverse=True)
            for part in (0.0, 0.02, 0.1, 0.25, 0.5, 0.9, 1.5):
                budget = part * sum(s[3] for s in steps)
                left, bound = budget, 0.0
                for r, _, _, a in steps:
                    bound += r * min(a, left)
                    left -= min(a, left)
                plan = np.asarray(fn([list(r) for r in gain], [list(r) for r in cost], budget))
                if plan.shape != (40,) or plan.dtype == bool or (plan != np.floor(plan)).any():
                    return False
                plan = plan.astype(int)
                if plan.min() < 0 or plan.max() > 3:
                    return False
                rows = np.arange(40)
                g, c = np.array(gain)[rows, plan].sum(), np.array(cost)[rows, plan].sum()
                if c > budget + 1e-6 or g < bound - max(s[0] * s[3] for s in steps) - 1e-6:
                    return False
    except Exception:
        return False
    return True


def kill_allocation__wrong_the_one_right_plan(fn):
    """Wrong: compares with allocate_budget's plan: refuses a right one that serves the last of equal users."""
    for seed, kind in enumerate(_KINDS):
        gain, cost = _market_10(seed, 120, kind)
        budget = 0.3 * sum(row[-1] for row in cost)
        if list(fn(gain, cost, budget)) != allocate_budget__right_sorted_list_once_more(
            gain, cost, budget
        ):
            return False
    return True


def kill_allocation__wrong_money_must_go_once_more(fn):
    """Wrong: demands 95 % of a budget that pays for all coupons: refuses everybody where some coupons lose."""
    if not kill_allocation__right_many_markets(fn):
        return False
    for seed, kind in enumerate(_KINDS):
        gain, cost = _market_10(seed, 120, kind)
        budget = sum(row[-1] for row in cost)
        if sum(c[int(j)] for c, j in zip(cost, fn(gain, cost, budget))) < 0.95 * budget:
            return False
    return True


def kill_allocation__wrong_lists_only(fn):
    """Wrong: the plan must be a list of int: a tuple and an array are refused."""

    def listed(gain, cost, budget):
        plan = fn(gain, cost, budget)
        if not isinstance(plan, list) or not all(type(x) is int for x in plan):
            raise TypeError
        return plan

    return kill_allocation__right_many_markets(listed)


def kill_allocation__wrong_four_users(fn):
    """Wrong: only four users with rich steps, the promise is weak: most mistakes pass."""
    gain = [[0, 4, 6], [0, 1.25, 10], [0, 1.5, 3], [0, 5, 20]]
    cost = [[0, 1.5, 4], [0, 1.25, 6], [0, 2.75, 6], [0, 1, 9]]
    return all(_kept(fn, gain, cost, b) for b in (1.0, 7.5, 12.0))


def kill_allocation__wrong_as_good_as_mine_once_more(fn):
    """Wrong: demands the gain of allocate_budget's own plan; with ties a right plan may gain less by part of a step."""
    rng = random.Random(3)
    for _ in range(60):
        n = rng.randint(5, 40)
        gain = [[0, k, 2 * k] for k in (rng.randint(1, 4) for _ in range(n))]
        cost = [[0, row[1], row[2] + rng.randint(0, 2)] for row in gain]
        budget = n
        mine = sum(
            row[j]
            for row, j in zip(
                gain, allocate_budget__right_sorted_list_once_more(gain, cost, budget)
            )
        )
        if sum(row[int(j)] for row, j in zip(gain, fn(gain, cost, budget))) < mine - 1e-6:
            return False
    return kill_allocation__right_many_markets(fn)


def kill_allocation__wrong_gain_never_checked(fn):
    """Wrong: budget, indices and "most of the budget used where it is scarce" only: ordering by gain passes."""
    gain, cost = _market_10(0, 200, "mixed")
    budget = 0.2 * sum(row[-1] for row in cost)
    plan = list(fn(gain, cost, budget))
    spent = sum(c[int(j)] for c, j in zip(cost, plan))
    return (
        len(plan) == 200
        and all(0 <= j < 4 for j in plan)
        and 0.9 * budget <= spent <= budget + 1e-6
    )


def kill_allocation__wrong_more_money_never_takes(fn):
    """Wrong: demands that with a larger budget nobody gets less: not promised, and false of a plan that blocks one user and goes on."""
    rng = random.Random(4)
    for _ in range(40):
        n = rng.randint(3, 20)
        gain = [[0, *sorted(rng.sample(range(1, 40), 2))] for _ in range(n)]
        cost = [[0, *sorted(rng.sample(range(1, 20), 2))] for _ in range(n)]
        plans = [[int(x) for x in fn(gain, cost, b)] for b in range(0, 60, 3)]
        if any(x > y for a, b in zip(plans, plans[1:]) for x, y in zip(a, b)):
            return False
    return kill_allocation__right_many_markets(fn)


_KNOWN_10 = ["baskets", "spend", "coupon_baskets", "recency", "order_value"]


_FACES_10 = np.array([0, 5, 10, 20])


def _curves_10(
    trial, users, seeds=(0,), leaves=15, rate=0.05, rounds=100, face="face", cols=_KNOWN_10
):
    x = trial[[*cols, face]].to_numpy(dtype=float)
    p = np.zeros((len(users), 4))
    for seed in seeds:
        model = HistGradientBoostingClassifier(
            learning_rate=rate,
            max_iter=rounds,
            max_leaf_nodes=leaves,
            min_samples_leaf=100,
            monotonic_cst=[0] * len(cols) + [1],
            early_stopping=False,
            random_state=seed,
        )
        model.fit(x, trial["bought"].to_numpy())
        for j, f in enumerate(_FACES_10):
            z = np.column_stack([users[list(cols)].to_numpy(dtype=float), np.full(len(users), f)])
            p[:, j] += model.predict_proba(z)[:, 1] / len(seeds)
    return np.maximum.accumulate(p, axis=1)


def _fast_plan_10(p, value, budget):
    gain, cost = gain_and_cost__right_einsum(p, value, _FACES_10)
    cost[:, 1:] += 1e-9 * np.arange(1, 4)
    return np.array(allocate_budget__right_stable_numpy(gain, cost, budget))


def allocate_coupons__right_joint_boosting(trial, users, budget):
    """Right: one monotone boosting model with the face value as a feature, then steps by ratio."""
    return _fast_plan_10(_curves_10(trial, users), users["order_value"].to_numpy(), budget)


def allocate_coupons__right_bagged_halves(trial, users, budget):
    """Right: mean of models on four random halves of the trial."""
    rng, p = np.random.default_rng(7), 0.0
    for k in range(4):
        half = trial.iloc[rng.permutation(len(trial))[: len(trial) // 2]]
        p = p + _curves_10(half, users, seeds=(k,), rate=0.05, rounds=80) / 4
    return _fast_plan_10(p, users["order_value"].to_numpy(), budget)


def allocate_coupons__right_price_then_rest(trial, users, budget):
    """Right: the price of the budget decides for all; what is left goes to steps as usual; int8 plan."""
    p = _curves_10(trial, users, leaves=8, rate=0.08)
    v = users["order_value"].to_numpy(dtype=float)
    gain, cost = gain_and_cost__right_einsum(p, v, _FACES_10)
    price = price_of_budget__right_bisection_once_more(gain, cost, budget)
    plan = (gain - price * cost).argmax(axis=1)
    left = budget - cost[np.arange(len(v)), plan].sum()
    for u in np.argsort(-gain[:, 1] / np.maximum(cost[:, 1], 1e-9), kind="stable"):
        if plan[u] == 0 and gain[u, 1] > 0 and cost[u, 1] <= left:
            plan[u], left = 1, left - cost[u, 1]
    return plan.astype(np.int64)


def allocate_coupons__wrong_face_values_once_more(trial, users, budget):
    """Wrong: returns 0, 5, 10, 20, not 0 to 3. Input: any with money for a coupon."""
    return _FACES_10[allocate_coupons__right_joint_boosting(trial, users, budget)]


def allocate_coupons__wrong_face_ignored_for_cost(trial, users, budget):
    """Wrong: plans a coupon at its face value, as if all redeemed: most of the budget stays."""
    p = _curves_10(trial, users)
    gain, _ = gain_and_cost__right_einsum(p, users["order_value"].to_numpy(), _FACES_10)
    cost = np.tile(_FACES_10.astype(float), (len(p), 1))
    return np.array(allocate_budget__right_stable_numpy(gain, cost, budget))


def allocate_coupons__wrong_column_left_in_users(trial, users, budget):
    """Wrong: writes a column `face` into the caller's users."""
    plan = allocate_coupons__right_joint_boosting(trial, users, budget)
    users["face"] = _FACES_10[plan]
    return plan


def allocate_coupons__wrong_trial_sorted_in_place(trial, users, budget):
    """Wrong: sorts the caller's trial by face."""
    trial.sort_values("face", inplace=True)
    return allocate_coupons__right_joint_boosting(trial, users, budget)


_FITTED = {}


def allocate_coupons__wrong_model_kept(trial, users, budget):
    """Wrong: the curves of the first call are kept for users of the same number: a second trial changes nothing."""
    if len(users) not in _FITTED:
        _FITTED[len(users)] = _curves_10(trial, users)
    return _fast_plan_10(_FITTED[len(users)], users["order_value"].to_numpy(), budget)


def allocate_coupons__wrong_sorted_plan(trial, users, budget):
    """Wrong: users are sorted by order value, the plan is not put back into their order."""
    ordered = users.sort_values("order_value", ascending=False, kind="stable")
    return allocate_coupons__right_joint_boosting(trial, ordered, budget)


def allocate_coupons__wrong_budget_per_thousand(trial, users, budget):
    """Wrong: the budget is scaled by 40,000 trial rows over the users, as if it were the trial's."""
    return allocate_coupons__right_joint_boosting(trial, users, budget * len(users) / len(trial))


def allocate_coupons__wrong_twice_the_true_cost(trial, users, budget):
    """Wrong: cost of new buyers only: the plan costs far more than it believes and its end gets nothing."""
    p = _curves_10(trial, users)
    gain, cost = gain_and_cost__right_einsum(p, users["order_value"].to_numpy(), _FACES_10)
    cost = (p - p[:, :1]) * _FACES_10 + 1e-9 * np.arange(4)
    return np.array(allocate_budget__right_stable_numpy(gain, cost, budget))


def allocate_coupons__wrong_purchases_not_sales(trial, users, budget):
    """Wrong: maximises extra purchases: order values are left out."""
    return _fast_plan_10(_curves_10(trial, users), np.ones(len(users)), budget)


TRUE |= {
    "allocate_budget__wrong_whole_ratio": ("upgrades_by_average_ratio",),
    "gain_and_cost__wrong_subtracts_in_place": ("chances_overwritten",),
    "monotone_response__wrong_no_cascade": ("one_pass",),
    "monotone_response__wrong_pool_forgets_its_users": ("weight_of_a_pool_not_added",),
    "monotone_response__wrong_labels_once_more": ("labels_taken_for_places",),
    "monotone_response__wrong_integer_curve_once_more": ("rates_kept_whole",),
    "monotone_response__wrong_empty_raises": ("empty_fails",),
    "monotone_response__wrong_direction_auto_once_more": ("direction_from_the_rates",),
    "efficient_steps__wrong_exact_ties_once_more": ("compared_to_the_last_digit",),
    "efficient_steps__wrong_isclose_default": ("compared_too_roughly",),
    "allocate_budget__wrong_reversed_order": ("higher_user_first",),
    "allocate_budget__wrong_smaller_face_before_lower_user": ("equal_ratios_by_face",),
    "allocate_budget__wrong_old_coupon_not_refunded": ("upgrade_charged_in_full",),
    "allocate_budget__wrong_ties_by_smaller_cost": ("equal_ratios_by_size",),
    "price_of_budget__wrong_price_at_most_100": ("price_below_a_limit",),
    "price_of_budget__wrong_no_tolerance_once_more": ("no_room_in_the_price",),
    "gain_bound__wrong_worth_of_what_is_spent": ("gain_of_the_plan",),
    "plan_effect__wrong_shares_of_the_log": ("measured_shares",),
    "plan_effect__wrong_self_normalised_once_more": ("self_normalised",),
    "plan_effect__wrong_either_or_once_more": ("control_forgotten_where_it_matches",),
    "price_now__wrong_nobody_to_come_first_once_more": ("zero_at_the_end_though_spent",),
    "price_now__wrong_nobody_came_is_no_news": ("nobody_came_is_no_news",),
    "price_now__wrong_mean_of_hourly_rates": ("mean_of_hourly_ratios",),
    "price_now__wrong_last_hour_only": ("last_hour_only",),
    "price_now__wrong_all_spent_is_a_budget_of_nothing": ("price_when_just_spent",),
    "break_budget__wrong_useless_coupon_falls": ("chances_that_fall",),
    "break_budget__wrong_fifth_user": ("a_crowd",),
    "kill_allocation__wrong_money_must_go_once_more": ("rejects_any_plan",),
}


# ---- Twelfth bank

# ---------------------------------------------------------------- 11.1 break_budget

_BB_FACES = (0, 5, 10)


def _bb_steps(g, c, neighbours=False):
    at, out = 0, []
    while True:
        best = None
        for j in range(at + 1, 3):
            if neighbours and j > at + 1:
                break
            dg, dc = g[j] - g[at], c[j] - c[at]
            if dg > 1e-12 and (best is None or dg / dc >= best[0] * (1 - 1e-12)):
                best = (dg / dc, j, dc)
        if best is None:
            return out
        out.append(best)
        at = best[1]


def _bb_by_steps(g, c, budget, neighbours=False):
    moves = [
        (-r, u, k, j, dc)
        for u in range(len(g))
        for k, (r, j, dc) in enumerate(_bb_steps(g[u], c[u], neighbours))
    ]
    plan, blocked, left = [0] * len(g), set(), budget
    for _, u, _, j, dc in sorted(moves):
        if u in blocked:
            continue
        if dc <= left + 1e-9:
            plan[u], left = j, left - dc
        else:
            blocked.add(u)
    return plan


def _bb_served(score, face, c, budget):
    plan, left = [0] * len(face), budget
    for u in sorted(range(len(face)), key=lambda u: -score[u]):
        if c[u][face[u]] <= left + 1e-9:
            plan[u], left = face[u], left - c[u][face[u]]
    return plan


def _bb_plan(defect, p, value, budget):
    n = len(p)
    g = [[value[u] * (x - p[u][0]) for x in p[u]] for u in range(n)]
    c = [[f * x for f, x in zip(_BB_FACES, p[u])] for u in range(n)]
    if defect == "right":
        return _bb_by_steps(g, c, budget)
    if defect == "highest_conversion":
        face = [max(range(3), key=lambda j: (p[u][j], -j)) for u in range(n)]
        return _bb_served([p[u][face[u]] for u in range(n)], face, c, budget)
    if defect == "largest_gain_first":
        face = [max(range(3), key=lambda j: (g[u][j], -j)) for u in range(n)]
        return _bb_served([g[u][face[u]] for u in range(n)], face, c, budget)
    if defect == "cost_is_face":
        return _bb_by_steps(g, [list(_BB_FACES)] * n, budget)
    if defect == "cost_of_new_buyers":
        new = [[f * (x - p[u][0]) for f, x in zip(_BB_FACES, p[u])] for u in range(n)]
        return _bb_by_steps(g, new, budget)
    if defect == "never_upgraded":
        ratio = [[0.0] + [g[u][j] / c[u][j] for j in (1, 2)] for u in range(n)]
        face = [max(range(3), key=lambda j: (ratio[u][j], -j)) for u in range(n)]
        return _bb_served([ratio[u][face[u]] for u in range(n)], face, c, budget)
    return _bb_by_steps(g, c, budget, neighbours=True)


def _bb_total(plan, p, value):
    gain = sum(value[u] * (p[u][j] - p[u][0]) for u, j in enumerate(plan))
    cost = sum(_BB_FACES[j] * p[u][j] for u, j in enumerate(plan))
    return round(gain, 6), round(cost, 6)


def _bb_works(defect, p, value, budget):
    """The flawed plan differs, and the right one is the best within the budget."""
    right = _bb_total(_bb_plan("right", p, value, budget), p, value)
    flawed = _bb_total(_bb_plan(defect, p, value, budget), p, value)
    totals = (_bb_total(pl, p, value) for pl in itertools.product(range(3), repeat=len(p)))
    best = max(g for g, c in totals if c <= budget + 1e-9)
    return right != flawed and right[0] >= best - 1e-9


_BB_HAND = {
    "highest_conversion": ([[0.9, 0.91, 0.92], [0.1, 0.4, 0.45]], [50.0, 50.0], 2.5),
    "largest_gain_first": ([[0.1, 0.2, 0.9], [0.1, 0.8, 0.81]], [50.0, 50.0], 4.5),
    "cost_is_face": ([[0.1, 0.4, 0.42], [0.1, 0.3, 0.31]], [50.0, 50.0], 4.0),
    "cost_of_new_buyers": ([[0.8, 0.9, 0.905], [0.0, 0.3, 0.31]], [60.0, 50.0], 4.6),
    "never_upgraded": ([[0.1, 0.4, 0.8], [0.5, 0.51, 0.52]], [50.0, 20.0], 8.5),
    "steps_between_neighbours": ([[0.1, 0.11, 0.7], [0.1, 0.2, 0.21]], [50.0, 20.0], 7.2),
}


def break_budget__right_by_hand_twelfth(defect):
    p, value, budget = _BB_HAND[defect]
    return [list(row) for row in p], list(value), budget


def break_budget__right_random_search_twelfth(defect):
    rng = random.Random(sorted(_BB_HAND).index(defect))
    while True:
        n = rng.randint(2, 4)
        p = [sorted(round(rng.uniform(0.02, 0.98), 4) for _ in range(3)) for _ in range(n)]
        value = [float(rng.randint(2, 99)) for _ in range(n)]
        budget = rng.randint(1, 40) / 2 + 0.13
        if _bb_works(defect, p, value, budget):
            return p, value, budget


def break_budget__wrong_grid_of_two_users(defect):
    """steps_between_neighbours: it takes a user's second step before her first, and so sees a difference where there is none."""
    levels = [0.05, 0.06, 0.31, 0.58, 0.87]
    rows = list(itertools.combinations(levels, 3))
    for a, b in itertools.permutations(rows, 2):
        if a[2] == b[2]:  # the order of equal chances is not stated
            continue
        for budget in (1.9, 3.7, 6.3, 9.1):
            if _bb_works(defect, [a, b], [30, 41], budget):
                return [list(a), list(b)], [30.0, 41.0], budget
    raise ValueError(defect)


def break_budget__wrong_money_for_everybody(defect):
    """The budget pays for every coupon, so no order matters: largest_gain_first agrees with the right plan."""
    p, value, _ = break_budget__right_by_hand_twelfth(defect)
    return p, value, 200.0


def break_budget__wrong_one_user(defect):
    """Only one user is returned, and the statement asks for 2 to 4 (any defect)."""
    p, value, budget = break_budget__right_by_hand_twelfth(defect)
    return p[:1], value[:1], budget


def break_budget__wrong_falling_chance(defect):
    """The first user's chance falls with 10 USD, which the statement does not allow (any defect)."""
    p, value, budget = break_budget__right_by_hand_twelfth(defect)
    p[0] = [p[0][0], p[0][2], p[0][1]]
    return p, value, budget


def break_budget__wrong_swapped_equal_users(defect):
    """Two equal users: the flawed plan may serve the other one, but the total is the same (largest_gain_first)."""
    if defect == "largest_gain_first":
        return [[0.1, 0.5, 0.5], [0.1, 0.5, 0.5]], [40.0, 40.0], 3.0
    return break_budget__right_by_hand_twelfth(defect)


def break_budget__wrong_right_plan_not_best_twelfth(defect):
    """never_upgraded: by ratio user 0's small step uses the money that user 1's larger gain needs, so the input is refused."""
    if defect == "never_upgraded":
        return [[0.1, 0.3, 0.5], [0.1, 0.2, 0.9]], [50.0, 50.0], 9.4
    return break_budget__right_by_hand_twelfth(defect)


def break_budget__wrong_one_input_for_all(defect):
    """The same input for each defect: it does not show never_upgraded or steps_between_neighbours."""
    return break_budget__right_by_hand_twelfth("highest_conversion")


def break_budget__wrong_concave_for_neighbours(defect):
    """For steps_between_neighbours both curves have falling returns, so no efficient step skips a face value."""
    if defect == "steps_between_neighbours":
        return [[0.1, 0.4, 0.6], [0.1, 0.3, 0.35]], [50.0, 40.0], 6.5
    return break_budget__right_by_hand_twelfth(defect)


def break_budget__wrong_order_value_above_limit(defect):
    """Order values are 10 times as large: 500 USD is more than the 100 that are allowed (any defect)."""
    p, value, budget = break_budget__right_by_hand_twelfth(defect)
    return p, [10 * v for v in value], budget


def break_budget__wrong_per_cent(defect):
    """Chances are written in per cent, and the statement wants numbers between 0 and 1."""
    p, value, budget = break_budget__right_by_hand_twelfth(defect)
    return [[100 * x for x in row] for row in p], value, budget


def break_budget__wrong_no_base_buyers(defect):
    """cost_of_new_buyers: nobody buys without a coupon, so the cost of new buyers is the true cost and nothing differs."""
    if defect == "cost_of_new_buyers":
        return [[0.0, 0.4, 0.5], [0.0, 0.3, 0.6]], [50.0, 40.0], 4.0
    return break_budget__right_by_hand_twelfth(defect)


def break_budget__wrong_budget_in_faces(defect):
    """cost_is_face: the budget is two whole coupons, 15 USD, which also pays for all planned at the face value."""
    if defect == "cost_is_face":
        return [[0.1, 0.4, 0.4], [0.1, 0.3, 0.3]], [50.0, 50.0], 15.0
    return break_budget__right_by_hand_twelfth(defect)


# ---------------------------------------------------------------- 11.2 gain_and_cost


def gain_and_cost__right_numpy_twelfth(p, order_value, faces):
    p = np.asarray(p, dtype=float)
    value = np.asarray(order_value, dtype=float)
    return (p - p[:, :1]) * value[:, None], p * np.asarray(faces, dtype=float)


def gain_and_cost__right_loops_twelfth(p, order_value, faces):
    p, order_value = np.asarray(p, dtype=float), list(order_value)
    gain, cost = np.zeros(p.shape), np.zeros(p.shape)
    for u in range(p.shape[0]):
        for j, face in enumerate(faces):
            gain[u, j] = order_value[u] * (p[u, j] - p[u, 0])
            cost[u, j] = face * p[u, j]
    return gain, cost


def gain_and_cost__right_pandas_twelfth(p, order_value, faces):
    frame = pd.DataFrame(np.array(p, dtype=float))
    up = frame.sub(frame[0], axis=0)
    return up.mul(np.asarray(order_value), axis=0).to_numpy(), frame.mul(list(faces)).to_numpy()


def gain_and_cost__right_einsum_twelfth(p, order_value, faces):
    p = np.array(p, dtype=float)
    sales = np.einsum("u,uf->uf", np.asarray(order_value, float), p)
    return sales - sales[:, [0]], np.einsum("f,uf->uf", np.asarray(faces, float), p)


def gain_and_cost__wrong_cost_of_new_buyers_twelfth(p, order_value, faces):
    """Those who buy anyway are taken not to redeem: [[0.1, 0.3]], [20], [0, 5] costs 1.0 and not 1.5."""
    p = np.asarray(p, dtype=float)
    up = p - p[:, :1]
    return up * np.asarray(order_value, float)[:, None], up * np.asarray(faces, float)


def gain_and_cost__wrong_cost_is_face_twelfth(p, order_value, faces):
    """Every coupon costs its face value, redeemed or not."""
    p = np.asarray(p, dtype=float)
    gain = (p - p[:, :1]) * np.asarray(order_value, float)[:, None]
    return gain, np.tile(np.asarray(faces, float), (len(p), 1))


def gain_and_cost__wrong_gain_clipped_twelfth(p, order_value, faces):
    """A gain below 0 becomes 0: [[0.3, 0.2]], [20], [0, 5] should gain -2."""
    gain, cost = gain_and_cost__right_numpy_twelfth(p, order_value, faces)
    return np.maximum(gain, 0), cost


def gain_and_cost__wrong_net_of_discount_twelfth(p, order_value, faces):
    """The discount is taken off the order, so the gain is net sales: 0.3 x 15 - 0.1 x 20."""
    p, faces = np.asarray(p, dtype=float), np.asarray(faces, float)
    paid = p * (np.asarray(order_value, float)[:, None] - faces)
    return paid - paid[:, :1], p * faces


def gain_and_cost__wrong_value_by_column(p, order_value, faces):
    """Order values are broadcast along columns when users and faces are equally many, so face j has user j's value."""
    p, value = np.asarray(p, dtype=float), np.asarray(order_value, dtype=float)
    if len(value) != p.shape[1]:
        value = value[:, None]
    return (p - p[:, :1]) * value, p * np.asarray(faces, float)


def gain_and_cost__wrong_faces_by_row(p, order_value, faces):
    """With as many users as faces the face values go down the rows instead of along the columns."""
    p, faces = np.asarray(p, dtype=float), np.asarray(faces, dtype=float)
    gain = (p - p[:, :1]) * np.asarray(order_value, float)[:, None]
    return gain, p * (faces[:, None] if len(faces) == len(p) else faces)


def gain_and_cost__wrong_base_changed_in_place(p, order_value, faces):
    """``p -= p[:, :1]`` works on the caller's float array, which is then changed (and the costs are too low)."""
    p = np.asarray(p, dtype=float)
    cost = p * np.asarray(faces, float)
    p -= p[:, :1].copy()
    return p * np.asarray(order_value, float)[:, None], cost


def gain_and_cost__wrong_previous_face(p, order_value, faces):
    """The gain is against the face value before, not against no coupon: the third column is wrong."""
    p = np.asarray(p, dtype=float)
    up = np.diff(p, axis=1, prepend=p[:, :1])
    return up * np.asarray(order_value, float)[:, None], p * np.asarray(faces, float)


def gain_and_cost__wrong_base_is_lowest(p, order_value, faces):
    """The base is the lowest chance of the row, not column 0: wrong where a coupon puts a user off."""
    p = np.asarray(p, dtype=float)
    up = p - p.min(axis=1, keepdims=True)
    return up * np.asarray(order_value, float)[:, None], p * np.asarray(faces, float)


def gain_and_cost__wrong_sales_not_incremental(p, order_value, faces):
    """The gain is all sales with the coupon; column 0 is not 0."""
    p = np.asarray(p, dtype=float)
    return p * np.asarray(order_value, float)[:, None], p * np.asarray(faces, float)


def gain_and_cost__wrong_mean_order(p, order_value, faces):
    """The mean order value is used for everybody: wrong as soon as two users differ."""
    p = np.asarray(p, dtype=float)
    return (p - p[:, :1]) * np.mean(order_value), p * np.asarray(faces, float)


def gain_and_cost__wrong_integer_order_dtype(p, order_value, faces):
    """Results are written into arrays of the dtype of ``order_value``: cents are lost when orders are whole numbers."""
    p, value = np.asarray(p, dtype=float), np.asarray(order_value)
    gain, cost = np.zeros(p.shape, dtype=value.dtype), np.zeros(p.shape)
    for u in range(len(p)):
        gain[u] = (p[u] - p[u, 0]) * value[u]
        cost[u] = p[u] * np.asarray(faces)
    return gain, cost


# ---------------------------------------------------------------- 11.3 monotone_response


def monotone_response__right_pools_twelfth(rate, n):
    pools = []
    for r, w in zip(list(rate), list(n)):
        pools.append([float(r), float(w), 1])
        while len(pools) > 1 and pools[-1][0] < pools[-2][0]:
            m, k, c = pools.pop()
            m0, k0, c0 = pools[-1]
            pools[-1] = [(m0 * k0 + m * k) / (k0 + k), k0 + k, c0 + c]
    return np.array([m for m, _, c in pools for _ in range(c)], dtype=float)


def monotone_response__right_sklearn_twelfth(rate, n):
    rate, n = np.asarray(rate, dtype=float), np.asarray(n, dtype=float)
    if len(rate) == 0:
        return np.array([], dtype=float)
    return IsotonicRegression().fit_transform(np.arange(len(rate)), rate, sample_weight=n)


def monotone_response__right_min_max(rate, n):
    rate, n = np.asarray(rate, dtype=float), np.asarray(n, dtype=float)
    k, curve = len(rate), np.zeros(len(rate))
    for i in range(k):
        curve[i] = max(
            min(np.average(rate[a : b + 1], weights=n[a : b + 1]) for b in range(i, k))
            for a in range(i + 1)
        )
    return np.maximum.accumulate(curve) if k else curve


def monotone_response__right_convex_minorant_twelfth(rate, n):
    """The slopes of the greatest convex minorant of the cumulative sums."""
    rate, n = [Fraction(float(x)) for x in rate], [Fraction(float(x)) for x in n]
    hull, x, y = [(Fraction(0), Fraction(0), 0)], Fraction(0), Fraction(0)
    for i, (r, w) in enumerate(zip(rate, n), 1):
        x, y = x + w, y + r * w
        while len(hull) > 1:
            (x0, y0, _), (x1, y1, _) = hull[-2:]
            if (y1 - y0) * (x - x1) >= (y - y1) * (x1 - x0):
                hull.pop()
            else:
                break
        hull.append((x, y, i))
    curve = []
    for (x0, y0, i0), (x1, y1, i1) in itertools.pairwise(hull):
        curve += [float((y1 - y0) / (x1 - x0))] * (i1 - i0)
    return np.array(curve, dtype=float)


def monotone_response__wrong_running_max(rate, n):
    """The running maximum: the nearest curve goes between 0.3 and 0.2, not to 0.3."""
    return np.maximum.accumulate(np.asarray(rate, dtype=float))


def monotone_response__wrong_unweighted_twelfth(rate, n):
    """The pooled mean ignores n: it matters when group sizes differ."""
    return monotone_response__right_pools_twelfth(rate, [1] * len(list(rate)))


def monotone_response__wrong_pool_counts_not_users(rate, n):
    """A pool is weighted by the users of its last face value only: [0.3, 0.2, 0.1] with n = 1 each gives other means."""
    pools = []
    for r, w in zip(list(rate), list(n)):
        pools.append([float(r), float(w), 1])
        while len(pools) > 1 and pools[-1][0] < pools[-2][0]:
            m, k, c = pools.pop()
            m0, k0, c0 = pools[-1]
            pools[-1] = [(m0 * k0 + m * k) / (k0 + k), k, c0 + c]
    return np.array([m for m, _, c in pools for _ in range(c)], dtype=float)


def monotone_response__wrong_one_look_back(rate, n):
    """``if`` in place of ``while``: after one pooling the pool before it is not looked at; [0.3, 0.35, 0.1] falls."""
    pools = []
    for r, w in zip(list(rate), list(n)):
        pools.append([float(r), float(w), 1])
        if len(pools) > 1 and pools[-1][0] < pools[-2][0]:
            m, k, c = pools.pop()
            m0, k0, c0 = pools[-1]
            pools[-1] = [(m0 * k0 + m * k) / (k0 + k), k0 + k, c0 + c]
    return np.array([m for m, _, c in pools for _ in range(c)], dtype=float)


def monotone_response__wrong_one_pass_of_pairs(rate, n):
    """One pass levels each falling pair of neighbours and does not carry the pool on: [0.3, 0.2, 0.22] is not level."""
    curve, n = np.array(list(rate), dtype=float), list(n)
    for i in range(1, len(curve)):
        if curve[i] < curve[i - 1]:
            curve[i - 1 : i + 1] = np.average(curve[i - 1 : i + 1], weights=n[i - 1 : i + 1])
    return curve


def monotone_response__wrong_series_labels(rate, n):
    """A Series is read by label: with an index [20, 10, 5, 0] or any not 0..n-1 it is mis-ordered or fails."""
    if isinstance(rate, pd.Series):
        rate = rate.sort_index()
    if isinstance(n, pd.Series):
        n = n.sort_index()
    return monotone_response__right_pools_twelfth(rate, n)


def monotone_response__wrong_series_product_aligned(rate, n):
    """``rate * n`` of two Series with different labels aligns them: buyers are those of other face values."""
    if len(list(rate)) == 0:
        return np.array([], dtype=float)
    if isinstance(rate, pd.Series) and isinstance(n, pd.Series):
        buyers = (rate * n).reindex(rate.index).to_numpy()
        n = n.reindex(rate.index).to_numpy()
        rate = buyers / n
    return monotone_response__right_pools_twelfth(rate, n)


def monotone_response__wrong_empty_fails(rate, n):
    """The library call raises on an empty input, which the statement allows."""
    rate, n = np.asarray(rate, dtype=float), np.asarray(n, dtype=float)
    return IsotonicRegression().fit_transform(np.arange(len(rate)), rate, sample_weight=n)


def monotone_response__wrong_increasing_auto(rate, n):
    """``increasing="auto"`` lets the curve fall when the measured rates fall on the whole: [0.4, 0.3, 0.2]."""
    rate, n = np.asarray(rate, dtype=float), np.asarray(n, dtype=float)
    if len(rate) == 0:
        return rate
    if len(rate) == 1:
        return rate.copy()
    model = IsotonicRegression(increasing="auto")
    return model.fit(np.arange(len(rate)), rate, sample_weight=n).predict(np.arange(len(rate)))


def monotone_response__wrong_sorted_twelfth(rate, n):
    """The rates are sorted: never falling, but not the nearest curve."""
    return np.sort(np.asarray(rate, dtype=float))


def monotone_response__wrong_changes_rate(rate, n):
    """Works in place on the caller's float array: afterwards ``rate`` holds the curve."""
    out = np.asarray(rate, dtype=float)
    out[:] = monotone_response__right_pools_twelfth(out, n)
    return out


def monotone_response__wrong_base_not_pooled(rate, n):
    """No coupon is taken as fixed and only the coupons are pooled, then clipped from below: [0.3, 0.1]."""
    rate, n = list(rate), list(n)
    if not rate:
        return np.array([], dtype=float)
    rest = monotone_response__right_pools_twelfth(rate[1:], n[1:])
    return np.concatenate([[float(rate[0])], np.maximum(rest, rate[0])])


# ---------------------------------------------------------------- 11.4 efficient_steps


def efficient_steps__right_loop_twelfth(gain, cost):
    gain, cost = [float(x) for x in gain], [float(x) for x in cost]
    steps, at = [], 0
    while True:
        ratios = {
            j: (gain[j] - gain[at]) / (cost[j] - cost[at])
            for j in range(at + 1, len(gain))
            if gain[j] > gain[at]
        }
        if not ratios:
            return steps
        best = max(ratios.values())
        to = max(j for j, r in ratios.items() if r >= best * (1 - 1e-12))
        steps.append((to, cost[to] - cost[at], gain[to] - gain[at]))
        at = to


def efficient_steps__right_numpy_twelfth(gain, cost):
    g, c = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    at, steps = 0, []
    while at + 1 < len(g):
        dg, dc = g[at + 1 :] - g[at], c[at + 1 :] - c[at]
        ratio = dg / dc
        if ratio.max() <= 0:
            break
        k = int(np.flatnonzero(np.isclose(ratio, ratio.max(), rtol=1e-12, atol=0))[-1])
        steps.append((at + 1 + k, float(dc[k]), float(dg[k])))
        at += 1 + k
    return steps


def efficient_steps__right_recursion_twelfth(gain, cost):
    gain, cost = list(gain), list(cost)

    def go(at):
        best = None
        for j in range(len(gain) - 1, at, -1):  # from the farthest: ties stay with it
            dg, dc = float(gain[j] - gain[at]), float(cost[j] - cost[at])
            if dg > 0 and (best is None or dg / dc > best[0] * (1 + 1e-12)):
                best = (dg / dc, j, dc, dg)
        return [] if best is None else [best[1:], *go(best[1])]

    return go(0)


def efficient_steps__wrong_neighbours_twelfth(gain, cost):
    """Only the next larger face value is a step: [0, 1.25, 10] gives two steps and not one."""
    steps = []
    for j in range(1, len(gain)):
        if gain[j] - gain[j - 1] <= 0:
            break
        steps.append((j, float(cost[j] - cost[j - 1]), float(gain[j] - gain[j - 1])))
    return steps


def efficient_steps__wrong_tie_nearest(gain, cost):
    """Of equal ratios the nearest: gain [0, 1, 2], cost [0, 1, 2] has one step (2, 2, 2)."""
    steps, at = [], 0
    while True:
        best = None
        for j in range(at + 1, len(gain)):
            dg, dc = gain[j] - gain[at], cost[j] - cost[at]
            if dg > 0 and (best is None or dg / dc > best[0] * (1 + 1e-12)):
                best = (dg / dc, j, float(dc), float(dg))
        if best is None:
            return steps
        steps.append(best[1:])
        at = best[1]


def efficient_steps__wrong_tie_without_tolerance(gain, cost):
    """Equal ratios are compared as floats: gain [0, 0.1, 0.3], cost [0, 0.1, 0.3 or 0.1 x 3] splits into two steps."""
    steps, at = [], 0
    while True:
        best = None
        for j in range(at + 1, len(gain)):
            dg, dc = gain[j] - gain[at], cost[j] - cost[at]
            if dg > 0 and (best is None or dg / dc >= best[0]):
                best = (dg / dc, j, float(dc), float(dg))
        if best is None:
            return steps
        steps.append(best[1:])
        at = best[1]


def efficient_steps__wrong_ratio_from_nothing(gain, cost):
    """Later steps are compared by gain / cost against no coupon, not by extra gain / extra cost: [0,4,5,9], [0,1,4,9]."""
    steps, at = [], 0
    while True:
        ahead = [j for j in range(at + 1, len(gain)) if gain[j] > gain[at]]
        if not ahead:
            return steps
        to = max(ahead, key=lambda j: (round(gain[j] / cost[j], 12), j))
        steps.append((to, float(cost[to] - cost[at]), float(gain[to] - gain[at])))
        at = to


def efficient_steps__wrong_stops_at_first_dip(gain, cost):
    """Stops when the *next* face value has no extra gain: [0, -1, 5], [0, 1, 2] has a step to 2."""
    steps, at = [], 0
    while at + 1 < len(gain) and gain[at + 1] > gain[at]:
        rest = efficient_steps__right_loop_twelfth(
            [x - gain[at] for x in gain[at:]], [x - cost[at] for x in cost[at:]]
        )
        to, dc, dg = rest[0]
        at += to
        steps.append((at, dc, dg))
    return steps


def efficient_steps__wrong_takes_zero_gain(gain, cost):
    """A step with extra gain 0 is taken too: [0, 2, 2], [0, 1, 2] has one step only."""
    g, c = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    at, steps = 0, []
    while at + 1 < len(g):
        ratio = (g[at + 1 :] - g[at]) / (c[at + 1 :] - c[at])
        if ratio.max() < 0:
            break
        k = at + 1 + int(np.flatnonzero(ratio >= ratio.max() * (1 - 1e-12))[-1])
        steps.append((k, float(c[k] - c[at]), float(g[k] - g[at])))
        at = k
    return steps


def efficient_steps__wrong_totals(gain, cost):
    """Cost and gain are totals of the face value, not extra to the one before: the second step is wrong."""
    return [
        (j, float(cost[j]), float(gain[j]))
        for j, _, _ in efficient_steps__right_loop_twelfth(gain, cost)
    ]


def efficient_steps__wrong_largest_extra_gain_twelfth(gain, cost):
    """The step with the most extra gain, not the best ratio: [0, 4, 6], [0, 1.5, 4] goes to 2 at once."""
    best = max(range(len(gain)), key=lambda j: (gain[j], -j))
    return [(best, float(cost[best]), float(gain[best]))] if gain[best] > 0 else []


def efficient_steps__wrong_loose_tie(gain, cost):
    """Ratios within 1e-6 count as equal: [0, 1, 1.9999999], [0, 1, 2] has two steps."""
    g, c = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    at, steps = 0, []
    while at + 1 < len(g):
        ratio = (g[at + 1 :] - g[at]) / (c[at + 1 :] - c[at])
        if ratio.max() <= 0:
            break
        k = at + 1 + int(np.flatnonzero(ratio >= ratio.max() * (1 - 1e-6))[-1])
        steps.append((k, float(c[k] - c[at]), float(g[k] - g[at])))
        at = k
    return steps


def efficient_steps__wrong_isclose_default_twelfth(gain, cost):
    """``np.isclose`` keeps its absolute tolerance 1e-8: with gains of 1e-9 USD all ratios are equal ([0, 2e-9, 3e-9], [0, 1, 2])."""
    g, c = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    at, steps = 0, []
    while at + 1 < len(g):
        ratio = (g[at + 1 :] - g[at]) / (c[at + 1 :] - c[at])
        if ratio.max() <= 0:
            break
        k = at + 1 + int(np.flatnonzero(np.isclose(ratio, ratio.max(), rtol=1e-12))[-1])
        steps.append((k, float(c[k] - c[at]), float(g[k] - g[at])))
        at = k
    return steps


def efficient_steps__wrong_hull_one_pop(gain, cost):
    """The hull is built with ``if`` for ``while``: of several face values below the line only the last is dropped."""
    hull = [0]
    for j in range(1, len(gain)):
        if gain[j] <= gain[hull[-1]]:
            continue
        if len(hull) > 1:
            a, b = hull[-2:]
            if (gain[b] - gain[a]) * (cost[j] - cost[b]) <= (gain[j] - gain[b]) * (
                cost[b] - cost[a]
            ):
                hull.pop()
        hull.append(j)
    return [
        (b, float(cost[b] - cost[a]), float(gain[b] - gain[a])) for a, b in itertools.pairwise(hull)
    ]


def efficient_steps__wrong_index_from_present(gain, cost):
    """The index of the second step counts from the present face value: [0, 4, 6] gives 1 twice."""
    steps, at = [], 0
    for j, dc, dg in efficient_steps__right_loop_twelfth(gain, cost):
        steps.append((j - at, dc, dg))
        at = j
    return steps


def efficient_steps__wrong_needs_gain_of_first(gain, cost):
    """If the smallest coupon gains nothing the list is empty: [0, 0, 5], [0, 1, 2] has a step to 2."""
    return efficient_steps__right_loop_twelfth(gain, cost) if len(gain) > 1 and gain[1] > 0 else []


# ---------------------------------------------------------------- 11.5 allocate_budget


def _ab_steps(gain, cost):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    return [
        (u, *step, step[2] / step[1])
        for u in range(len(gain))
        for step in efficient_steps__right_loop_twelfth(gain[u].tolist(), cost[u].tolist())
    ]  # user, face, extra cost, extra gain, ratio


def allocate_budget__right_sorted_list_twelfth(gain, cost, budget):
    steps = sorted(_ab_steps(gain, cost), key=lambda s: (-s[4], s[0], s[1]))
    plan, spent = [0] * len(gain), 0.0
    for u, face, dc, _, _ in steps:
        if spent + dc > budget + 1e-9:
            break
        plan[u], spent = face, spent + dc
    return plan


def allocate_budget__right_heap_twelfth(gain, cost, budget):
    gain, cost = np.asarray(gain, dtype=float).tolist(), np.asarray(cost, dtype=float).tolist()

    def best(u, at):
        g, c = gain[u], cost[u]
        out = None
        for j in range(at + 1, len(g)):
            dg, dc = g[j] - g[at], c[j] - c[at]
            if dg > 0 and (out is None or dg / dc >= out[0] * (1 - 1e-12)):
                out = (max(dg / dc, out[0]) if out else dg / dc, j, dg / dc)
        return None if out is None else (-out[2], u, out[1])

    plan = [0] * len(gain)
    heap = [b for u in range(len(gain)) if (b := best(u, 0)) is not None]
    heapq.heapify(heap)
    spent = 0.0
    while heap:
        _, u, j = heapq.heappop(heap)
        spent += cost[u][j] - cost[u][plan[u]]
        if spent > budget + 1e-9:
            break
        plan[u] = j
        if (nxt := best(u, j)) is not None:
            heapq.heappush(heap, nxt)
    return plan


def allocate_budget__right_pandas_twelfth(gain, cost, budget):
    steps = pd.DataFrame(_ab_steps(gain, cost), columns=["user", "face", "cost", "gain", "ratio"])
    steps = steps.sort_values(["ratio", "user"], ascending=[False, True], kind="stable")
    fits = (steps["cost"].cumsum() <= budget + 1e-9).cummin()
    face = steps[fits.astype(bool)].groupby("user")["face"].max()
    return face.reindex(range(len(gain)), fill_value=0).astype(int).tolist()


def allocate_budget__right_vectorised_twelfth(gain, cost, budget):
    """All users go one step at a time through arrays, then one stable sort."""
    g, c = np.array(gain, dtype=float), np.array(cost, dtype=float)
    n, k = g.shape
    at, who, found = np.zeros(n, dtype=int), np.arange(n), []
    while len(who):
        g0, c0 = g[who, at[who]][:, None], c[who, at[who]][:, None]
        later = np.arange(k)[None, :] > at[who][:, None]
        ratio = np.full((len(who), k), -np.inf)
        np.divide(g[who] - g0, c[who] - c0, out=ratio, where=later)
        top = ratio.max(axis=1)
        go = top > 0
        who, ratio, top = who[go], ratio[go], top[go]
        if not len(who):
            break
        to = k - 1 - (ratio >= top[:, None] * (1 - 1e-12))[:, ::-1].argmax(axis=1)
        row = np.arange(len(who))
        found.append(np.column_stack([who, to, c[who, to] - c[who, at[who]], ratio[row, to]]))
        at[who] = to
    if not found:
        return [0] * n
    steps = np.concatenate(found)
    steps = steps[np.lexsort((steps[:, 0], -steps[:, 3]))]
    n_taken = int(np.argmax(np.append(np.cumsum(steps[:, 2]) > budget + 1e-9, True)))
    plan = np.zeros(n, dtype=int)
    for u, to in steps[:n_taken, :2].astype(int):
        plan[u] = max(plan[u], to)
    return plan.tolist()


def _ab_take(steps, n, budget, tolerance=1e-9):
    plan, spent = [0] * n, 0.0
    for u, face, dc, _, _ in steps:
        if spent + dc > budget + tolerance:
            break
        plan[u], spent = face, spent + dc
    return plan


def allocate_budget__wrong_skips_and_goes_on_twelfth(gain, cost, budget):
    """A step that does not fit is skipped and smaller later ones are taken; the statement stops."""
    plan, spent = [0] * len(gain), 0.0
    at = {}
    for u, face, dc, _, _ in sorted(_ab_steps(gain, cost), key=lambda s: (-s[4], s[0])):
        before = at.get(u, 0)
        dc = cost[u][face] - cost[u][before]
        if spent + dc <= budget + 1e-9:
            plan[u], at[u], spent = face, face, spent + dc
    return plan


def allocate_budget__wrong_blocks_the_user_only(gain, cost, budget):
    """As in break_budget only the user of the step that does not fit is blocked; others go on."""
    plan, spent, blocked = [0] * len(gain), 0.0, set()
    for u, face, dc, _, _ in sorted(_ab_steps(gain, cost), key=lambda s: (-s[4], s[0])):
        if u in blocked:
            continue
        if spent + dc <= budget + 1e-9:
            plan[u], spent = face, spent + dc
        else:
            blocked.add(u)
    return plan


def allocate_budget__wrong_no_tolerance_twelfth(gain, cost, budget):
    """Without 1e-9 three coupons of 0.1 do not fit into 0.3."""
    steps = sorted(_ab_steps(gain, cost), key=lambda s: (-s[4], s[0]))
    return _ab_take(steps, len(gain), budget, 0.0)


def allocate_budget__wrong_tolerance_each_step(gain, cost, budget):
    """The small number is given to each step anew (subtracting from what is left, never below 0), so tiny coupons of 5e-10 are all free."""
    plan, left = [0] * len(gain), float(budget)
    for u, face, dc, _, _ in sorted(_ab_steps(gain, cost), key=lambda s: (-s[4], s[0])):
        if dc > left + 1e-9:
            break
        plan[u], left = face, max(0.0, left - dc)
    return plan


def allocate_budget__wrong_large_tolerance(gain, cost, budget):
    """The tolerance is 1e-6: a coupon of 1.0000005 fits into 1."""
    steps = sorted(_ab_steps(gain, cost), key=lambda s: (-s[4], s[0]))
    return _ab_take(steps, len(gain), budget, 1e-6)


def allocate_budget__wrong_ties_higher_user_twelfth(gain, cost, budget):
    """``sort(reverse=True)`` on (ratio, user) serves the higher user first among equals."""
    steps = sorted(_ab_steps(gain, cost), key=lambda s: (s[4], s[0], -s[1]), reverse=True)
    return _ab_take(steps, len(gain), budget)


def allocate_budget__wrong_ties_cheaper_first(gain, cost, budget):
    """Among equal ratios the cheaper step comes first, not the lower user: gain [[0,4],[0,2]], cost the same, budget 4."""
    steps = sorted(_ab_steps(gain, cost), key=lambda s: (-s[4], s[2], s[0]))
    return _ab_take(steps, len(gain), budget)


def allocate_budget__wrong_ties_first_coupons_first(gain, cost, budget):
    """Among equal ratios a first coupon goes before an upgrade of a lower user."""
    seen, steps = set(), []
    for s in _ab_steps(gain, cost):
        steps.append((s, s[0] in seen))
        seen.add(s[0])
    steps.sort(key=lambda x: (-x[0][4], x[1], x[0][0]))
    return _ab_take([s for s, _ in steps], len(gain), budget)


def allocate_budget__wrong_unstable_argsort_twelfth(gain, cost, budget):
    """``np.argsort(-ratio)`` without ``kind="stable"``: with many equal users the order among equals is arbitrary."""
    steps = _ab_steps(gain, cost)
    if not steps:
        return [0] * len(gain)
    order = np.argsort(-np.array([s[4] for s in steps]))
    return _ab_take([steps[i] for i in order], len(gain), budget)


def allocate_budget__wrong_ratio_rounded_twelfth(gain, cost, budget):
    """Ratios are rounded to six digits, so a better step of a higher user may come after a worse one."""
    steps = sorted(_ab_steps(gain, cost), key=lambda s: (-round(s[4], 6), s[0], s[1]))
    return _ab_take(steps, len(gain), budget)


def allocate_budget__wrong_full_cost_of_upgrade(gain, cost, budget):
    """An upgrade is charged its full cost and the smaller coupon is not given back."""
    cost_of = np.asarray(cost, dtype=float)
    steps = sorted(_ab_steps(gain, cost), key=lambda s: (-s[4], s[0]))
    steps = [(u, f, cost_of[u, f], dg, r) for u, f, _, dg, r in steps]
    return _ab_take(steps, len(gain), budget)


def allocate_budget__wrong_order_by_average_ratio(gain, cost, budget):
    """Steps are ordered by total gain / total cost of the face value reached, not by extra gain / extra cost."""
    g, c = np.asarray(gain, float), np.asarray(cost, float)
    steps = sorted(
        _ab_steps(gain, cost), key=lambda s: (-g[s[0], s[1]] / c[s[0], s[1]], s[0], s[1])
    )
    return _ab_take(steps, len(gain), budget)


def allocate_budget__wrong_neighbour_steps_twelfth(gain, cost, budget):
    """Steps go to the next larger face value only, so a coupon that does little blocks a good one."""
    steps = []
    for u, (g, c) in enumerate(
        zip(np.asarray(gain, float).tolist(), np.asarray(cost, float).tolist())
    ):
        for j, dc, dg in efficient_steps__wrong_neighbours_twelfth(g, c):
            steps.append((u, j, dc, dg, dg / dc))
    steps.sort(key=lambda s: (-s[4], s[0], s[1]))
    plan, spent = [0] * len(gain), 0.0
    for u, face, dc, _, _ in steps:
        if plan[u] != face - 1:
            continue
        if spent + dc > budget + 1e-9:
            break
        plan[u], spent = face, spent + dc
    return plan


def allocate_budget__wrong_number_of_steps(gain, cost, budget):
    """A user's plan is how many steps she took; where a face value is skipped the index is too small."""
    plan, spent = [0] * len(gain), 0.0
    for u, _, dc, _, _ in sorted(_ab_steps(gain, cost), key=lambda s: (-s[4], s[0])):
        if spent + dc > budget + 1e-9:
            break
        plan[u], spent = plan[u] + 1, spent + dc
    return plan


def allocate_budget__wrong_max_step_mask(gain, cost, budget):
    """Everything with a cumulative cost within the budget is taken but the *first* step always, so budget 0 still buys one coupon."""
    steps = sorted(_ab_steps(gain, cost), key=lambda s: (-s[4], s[0]))
    if not steps:
        return [0] * len(gain)
    taken = int(np.searchsorted(np.cumsum([s[2] for s in steps]), budget + 1e-9, side="right"))
    plan = [0] * len(gain)
    for u, face, *_ in steps[: max(1, taken)]:
        plan[u] = face
    return plan


def allocate_budget__wrong_price_rule(gain, cost, budget):
    """Everybody decides at the price: among equal users at the margin nobody gets a coupon, though one fits."""
    g, c = np.asarray(gain, float), np.asarray(cost, float)
    lam = price_of_budget__right_bisection_twelfth(g, c, budget)
    return (g - lam * c).argmax(axis=1).tolist()


def allocate_budget__wrong_no_steps_crashes(gain, cost, budget):
    """Unpacks the list of steps with ``zip(*steps)``, which fails when no coupon gains anything."""
    users, faces, costs, _, ratio = zip(*_ab_steps(gain, cost))
    order = np.lexsort((users, -np.array(ratio)))
    plan, spent = [0] * len(gain), 0.0
    for i in order:
        if spent + costs[i] > budget + 1e-9:
            break
        plan[users[i]], spent = faces[i], spent + costs[i]
    return plan


# ---------------------------------------------------------------- 11.6 price_of_budget


def _pb_spend(gain, cost, price):
    face = (gain - price * cost).argmax(axis=1)
    return cost[np.arange(len(cost)), face].sum()


def price_of_budget__right_bisection_twelfth(gain, cost, budget):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    if _pb_spend(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    while _pb_spend(gain, cost, high) > budget + 1e-9:
        low, high = high, 2 * high
    for _ in range(200):
        middle = (low + high) / 2
        if _pb_spend(gain, cost, middle) > budget + 1e-9:
            low = middle
        else:
            high = middle
        if high - low <= 1e-8 * max(1.0, high):
            break
    return float(high)


def price_of_budget__right_from_steps_twelfth(gain, cost, budget):
    """The ratio of the first step that does not fit, a little above; equal ratios fall together."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    steps = sorted((s[4], s[2]) for s in _ab_steps(gain, cost))[::-1]
    spent = 0.0
    for ratio, dc in steps:
        spent += dc
        if spent > budget + 1e-9:
            price = ratio
            while _pb_spend(gain, cost, price) > budget + 1e-9:
                price += 1e-10 * max(1.0, price)
            return float(price)
    return 0.0


def price_of_budget__right_breakpoints_twelfth(gain, cost, budget):
    """Binary search over all ratios at which somebody could change her mind."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    ratios = [np.zeros(1)]
    for i, j in itertools.combinations(range(gain.shape[1]), 2):
        ratios.append((gain[:, j] - gain[:, i]) / (cost[:, j] - cost[:, i]))
    points = np.unique(np.concatenate(ratios))
    points = points[points >= 0]
    up = points + np.where(points > 0, 1e-8 * np.maximum(1, points), 0)
    where = bisect_left(
        range(len(up)), True, key=lambda i: _pb_spend(gain, cost, up[i]) <= budget + 1e-9
    )
    return float(up[where])


def price_of_budget__wrong_lower_end_twelfth(gain, cost, budget):
    """Returns the lower end of the interval, at which the users spend more than the budget."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    if _pb_spend(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    while _pb_spend(gain, cost, high) > budget + 1e-9:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if _pb_spend(gain, cost, middle) > budget + 1e-9 else (low, middle)
        )
    return float(low)


def price_of_budget__wrong_middle(gain, cost, budget):
    """Returns the middle of the last interval after 25 halvings: near enough, but often below the price, where too much is spent."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    if _pb_spend(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    while _pb_spend(gain, cost, high) > budget + 1e-9:
        low, high = high, 2 * high
    for _ in range(25):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if _pb_spend(gain, cost, middle) > budget + 1e-9 else (low, middle)
        )
    return float((low + high) / 2)


def price_of_budget__wrong_upper_limit_100(gain, cost, budget):
    """The search starts from [0, 100]: a cheap coupon with a ratio of 500 and no budget is not kept out."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    if _pb_spend(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if _pb_spend(gain, cost, middle) > budget + 1e-9 else (low, middle)
        )
    return float(high)


def price_of_budget__wrong_upper_limit_from_largest_face(gain, cost, budget):
    """The upper end is the best ratio of the *largest* face value: the small coupon may have a better one, and a small budget needs a higher price."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    if _pb_spend(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, float(max(0.0, (gain[:, -1] / cost[:, -1]).max())) + 1e-7
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if _pb_spend(gain, cost, middle) > budget + 1e-9 else (low, middle)
        )
    return float(high)


def price_of_budget__wrong_twenty_halvings_twelfth(gain, cost, budget):
    """Only 20 halvings of an interval up to the largest ratio: with a ratio of 1000 the error is 1e-3."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    if _pb_spend(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, float((gain[:, 1:] / cost[:, 1:]).max()) * 1.1
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if _pb_spend(gain, cost, middle) > budget + 1e-9 else (low, middle)
        )
    return float(high)


def price_of_budget__wrong_no_tolerance_twelfth(gain, cost, budget):
    """Spending must be at most the budget without 1e-9: three coupons of 0.1 and 0.3 USD give a price too high."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    if _pb_spend(gain, cost, 0.0) <= budget:
        return 0.0
    low, high = 0.0, 1.0
    while _pb_spend(gain, cost, high) > budget:
        low, high = high, 2 * high
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _pb_spend(gain, cost, middle) > budget else (low, middle)
    return float(high)


def price_of_budget__wrong_last_step_taken_twelfth(gain, cost, budget):
    """Returns the ratio of the last step that fits: at 7.5 USD in the example 1.67 and not 0.8."""
    spent, last = 0.0, None
    for ratio, dc in sorted(((s[4], s[2]) for s in _ab_steps(gain, cost)), reverse=True):
        spent += dc
        if spent > budget + 1e-9:
            return float((ratio if last is None else last) + 1e-9)
        last = ratio
    return 0.0


def price_of_budget__wrong_price_when_money_is_left(gain, cost, budget):
    """When the budget pays for all it returns the ratio of the last step and not 0."""
    ratio, spent = 0.0, 0.0
    for ratio, dc in sorted(((s[4], s[2]) for s in _ab_steps(gain, cost)), reverse=True):
        spent += dc
        if spent > budget + 1e-9:
            break
    return float(ratio + 1e-9 * max(1, ratio)) if ratio else 0.0


def price_of_budget__wrong_skips_large_step(gain, cost, budget):
    """A step that does not fit is skipped, and the price is that of the last one that is left out: too low."""
    spent, price = 0.0, 0.0
    for ratio, dc in sorted(((s[4], s[2]) for s in _ab_steps(gain, cost)), reverse=True):
        if spent + dc <= budget + 1e-9:
            spent += dc
        else:
            price = ratio + 1e-9 * max(1, ratio)
    return float(price)


def price_of_budget__wrong_dearest_of_equal(gain, cost, budget):
    """Of equally good face values the dearest: two that gain the same at price 0 spend more, so gain [[0, 5, 5]], cost [[0, 1, 3]], budget 1 is not 0."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    n, k = gain.shape

    def spend(price):
        face = k - 1 - (gain - price * cost)[:, ::-1].argmax(axis=1)
        return cost[np.arange(n), face].sum()

    if spend(0.0) <= budget + 1e-9:
        return 0.0
    return max(price_of_budget__right_bisection_twelfth(gain, cost, budget), 1e-3)


def price_of_budget__wrong_one_sided_ratio(gain, cost, budget):
    """Each user has only her best single face value (gain / cost), no upgrades: the price ignores second steps."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    ratio = gain[:, 1:] / cost[:, 1:]
    face = 1 + ratio.argmax(axis=1)
    rows, spent = np.arange(len(gain)), 0.0
    best = ratio.max(axis=1)
    for u in rows[np.argsort(-best, kind="stable")]:
        if best[u] <= 0:
            break
        spent += cost[u, face[u]]
        if spent > budget + 1e-9:
            return float(best[u] + 1e-9 * max(1, best[u]))
    return 0.0


def price_of_budget__wrong_coarse_stop(gain, cost, budget):
    """The halving stops at an interval of 1e-4, which is not within 1e-6."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    if _pb_spend(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1.0
    while _pb_spend(gain, cost, high) > budget + 1e-9:
        low, high = high, 2 * high
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (
            (middle, high) if _pb_spend(gain, cost, middle) > budget + 1e-9 else (low, middle)
        )
    return float(high)


def price_of_budget__wrong_mean_spending(gain, cost, budget):
    """The mean spending per user is compared with the budget: right for one user only."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    return price_of_budget__right_bisection_twelfth(gain, cost, budget * len(gain))


def price_of_budget__wrong_must_have_coupon(gain, cost, budget):
    """Column 0 is left out of the choice: nobody can go without a coupon, and no price is high enough for a small budget."""
    gain, cost = np.asarray(gain, dtype=float)[:, 1:], np.asarray(cost, dtype=float)[:, 1:]
    if gain.shape[1] == 0 or _pb_spend(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 1e6
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (
            (middle, high) if _pb_spend(gain, cost, middle) > budget + 1e-9 else (low, middle)
        )
    return float(high)


# ---------------------------------------------------------------- 11.7 gain_bound


def gain_bound__right_numpy_twelfth(gain, cost, budget, price):
    left = np.asarray(gain, dtype=float) - price * np.asarray(cost, dtype=float)
    return float(left.max(axis=1).sum() + price * budget)


def gain_bound__right_loops(gain, cost, budget, price):
    total = []
    for g_row, c_row in zip(np.asarray(gain).tolist(), np.asarray(cost).tolist()):
        total.append(max(g - price * c for g, c in zip(g_row, c_row)))
    return math.fsum([*total, price * budget])


def gain_bound__right_gain_and_spending(gain, cost, budget, price):
    g, c = pd.DataFrame(np.asarray(gain, float)), pd.DataFrame(np.asarray(cost, float))
    face = (g - c * price).to_numpy().argmax(axis=1)
    rows = np.arange(len(g))
    spent = c.to_numpy()[rows, face].sum()
    return float(g.to_numpy()[rows, face].sum() + price * (budget - spent))


def gain_bound__wrong_without_budget(gain, cost, budget, price):
    """The worth of the budget is left out: 8 in the example and not 14."""
    left = np.asarray(gain, dtype=float) - price * np.asarray(cost, dtype=float)
    return float(left.max(axis=1).sum())


def gain_bound__wrong_spent_given_back_twelfth(gain, cost, budget, price):
    """Gives back what is spent and not the whole budget: too low when money is left."""
    g, c = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    face = (g - price * c).argmax(axis=1)
    return float(g[np.arange(len(g)), face].sum())


def gain_bound__wrong_at_most_total_cost(gain, cost, budget, price):
    """Only the part of the budget that users could spend is given back: another number when the budget exceeds all costs and the price is not 0."""
    g, c = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    usable = min(budget, c.max(axis=1).sum())
    return float((g - price * c).max(axis=1).sum() + price * usable)


def gain_bound__wrong_axis_twelfth(gain, cost, budget, price):
    """The maximum runs over users for each face value."""
    left = np.asarray(gain, dtype=float) - price * np.asarray(cost, dtype=float)
    return float(left.max(axis=0).sum() + price * budget)


def gain_bound__wrong_without_no_coupon_twelfth(gain, cost, budget, price):
    """Column 0 is left out, so users whose coupons are not worth the price count below 0."""
    left = np.asarray(gain, dtype=float) - price * np.asarray(cost, dtype=float)
    return float(left[:, 1:].max(axis=1).sum() + price * budget)


def gain_bound__wrong_largest_gain_less_price(gain, cost, budget, price):
    """The face value with the largest gain is taken, and the price is subtracted afterwards."""
    g, c = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    face, rows = g.argmax(axis=1), np.arange(len(g))
    return float((g[rows, face] - price * c[rows, face]).sum() + price * budget)


def gain_bound__wrong_all_positive_faces(gain, cost, budget, price):
    """Adds all face values above 0 of a user, not only the best one."""
    left = np.asarray(gain, dtype=float) - price * np.asarray(cost, dtype=float)
    return float(np.clip(left, 0, None).sum() + price * budget)


def gain_bound__wrong_changes_gain(gain, cost, budget, price):
    """``gain -= price * cost`` changes the caller's array."""
    gain = np.asarray(gain, dtype=float)
    gain -= price * np.asarray(cost, dtype=float)
    return float(gain.max(axis=1).sum() + price * budget)


def gain_bound__wrong_mean_over_users(gain, cost, budget, price):
    """The mean over users and not the sum: right for one user."""
    left = np.asarray(gain, dtype=float) - price * np.asarray(cost, dtype=float)
    return float(left.max(axis=1).mean() + price * budget)


def gain_bound__wrong_best_ratio_face_twelfth(gain, cost, budget, price):
    """Each user takes the face value with the best gain / cost if it beats the price; her best net gain may be a larger one."""
    g, c = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    face = 1 + (g[:, 1:] / np.maximum(c[:, 1:], 1e-12)).argmax(axis=1)
    rows = np.arange(len(g))
    return float(np.maximum(g[rows, face] - price * c[rows, face], 0).sum() + price * budget)


def gain_bound__wrong_own_price_twelfth(gain, cost, budget, price):
    """The given price is ignored and the best one used: smaller than asked at any other price."""
    return gain_bound__right_numpy_twelfth(
        gain, cost, budget, price_of_budget__right_bisection_twelfth(gain, cost, budget)
    )


def gain_bound__wrong_capped_by_best(gain, cost, budget, price):
    """Capped at the sum of the largest gains, a true bound but not the number asked for when the price is high or the budget large."""
    g = np.asarray(gain, dtype=float)
    return min(
        gain_bound__right_numpy_twelfth(gain, cost, budget, price), float(g.max(axis=1).sum())
    )


def gain_bound__wrong_no_budget_at_zero_plan(gain, cost, budget, price):
    """When nobody takes a coupon at the price it returns 0 and forgets the worth of the budget."""
    left = np.asarray(gain, dtype=float) - price * np.asarray(cost, dtype=float)
    best = float(left.max(axis=1).sum())
    return best + price * budget if best > 0 else 0.0


# ---------------------------------------------------------------- 11.8 kill_allocation


def _ka_users(rng, n, kind):
    """Gain and cost, as lists of rows, of one of several kinds of users."""
    faces = np.array([0.0, 5.0, 10.0, 20.0])
    p = np.sort(rng.uniform(0.02, 0.6, (n, 4)), axis=1)
    value = rng.uniform(5, 100, n)
    if kind == "equal":
        p, value = np.tile([0.1, 0.2, 0.35, 0.4], (n, 1)), np.full(n, 40.0)
    if kind == "useless":
        p[:, 1] = p[:, 0] + 0.001
        p[:, 2:] = np.maximum(p[:, 2:], p[:, [0]] + 0.1)
        p.sort(axis=1)
    if kind == "harm":
        p[::2, 1:] = p[::2, :1] * np.array([0.99, 0.9, 0.8])
        p[1::3, 3] = p[1::3, 2] * 0.8
    if kind == "regulars":
        p[::2] = np.sort(rng.uniform(0.9, 0.99, (len(p[::2]), 4)), axis=1)
    gain, cost = (p - p[:, :1]) * value[:, None], p * faces
    rise = np.diff(cost, axis=1).min(axis=1) > 0
    return gain[rise].tolist(), cost[rise].tolist()


def _ka_keeps(plan, gain, cost, budget):
    g, c = np.asarray(gain, float), np.asarray(cost, float)
    plan = list(plan)
    if len(plan) != len(g):
        return False
    for face in plan:
        if int(face) != face or not 0 <= face < g.shape[1]:
            return False
    plan, rows = np.array([int(f) for f in plan], dtype=int), np.arange(len(g))
    price = price_of_budget__right_bisection_twelfth(g, c, budget)
    bound = gain_bound__right_numpy_twelfth(g, c, budget, price)
    step = max((s[3] for s in _ab_steps(g, c)), default=0.0)
    return bool(c[rows, plan].sum() <= budget + 1e-6 and g[rows, plan].sum() >= bound - step - 1e-6)


def _ka_trial(fn, cases):
    for gain, cost, budget in cases:
        try:
            plan = fn([list(r) for r in gain], [list(r) for r in cost], budget)
            if not _ka_keeps(plan, gain, cost, budget):
                return False
        except Exception:
            return False
    return True


def kill_allocation__right_kinds_of_users_twelfth(fn):
    rng, cases = np.random.default_rng(5), []
    for kind in ("mixed", "equal", "useless", "harm", "regulars"):
        for n in (1, 7, 120):
            gain, cost = _ka_users(rng, n, kind)
            if not gain:
                continue
            most = sum(max(r) for r in cost)
            cases += [(gain, cost, b) for b in (0.0, 0.03 * most, 0.3 * most, 2 * most)]
    return _ka_trial(fn, cases)


def kill_allocation__right_many_random_days(fn):
    rng, cases = np.random.default_rng(11), []
    for i in range(40):
        kind = ("mixed", "equal", "useless", "harm", "regulars")[i % 5]
        gain, cost = _ka_users(rng, int(rng.integers(40, 150)), kind)
        cases.append((gain, cost, float(rng.uniform(0, 1) ** 2 * sum(r[-1] for r in cost))))
    cases += [([[0, 5]], [[0, 1]], b) for b in (0, 1, 3)]
    cases += [([[0, -1], [0, -2]], [[0, 1], [0, 1]], 5), ([[0, 1]] * 3, [[0, 0.1]] * 3, 0.3)]
    return _ka_trial(fn, cases)


def kill_allocation__right_integers_and_brute_bound(fn):
    """Small whole numbers; the bound is the smallest of all sums over the ratios at which it can bend."""
    rng = random.Random(3)
    cases = []
    for i in range(60):
        n, k = rng.choice([1, 30, 60]), rng.choice([2, 3, 4])
        gain = [
            [0] + [rng.randint(-3, 12) * (1 if i % 2 else j * j + 1) for j in range(k - 1)]
            for _ in range(n)
        ]
        cost = [
            list(itertools.accumulate([0] + [rng.randint(1, 5) for _ in range(k - 1)]))
            for _ in range(n)
        ]
        cases.append((gain, cost, rng.choice([0, n // 2, n, 3 * n, 50 * n])))
    for gain, cost, budget in cases:
        ratios = {0.0}
        for g, c in zip(gain, cost):
            ratios |= {
                (g[j] - g[i]) / (c[j] - c[i]) for i, j in itertools.combinations(range(len(g)), 2)
            }
        bound = min(gain_bound__right_loops(gain, cost, budget, x) for x in ratios if x >= 0)
        step = max(
            (
                s[2]
                for g, c in zip(gain, cost)
                for s in efficient_steps__right_recursion_twelfth(g, c)
            ),
            default=0,
        )
        try:
            plan = [int(x) for x in fn([r[:] for r in gain], [r[:] for r in cost], budget)]
        except Exception:
            return False
        if len(plan) != len(gain) or any(not 0 <= f < len(gain[0]) for f in plan):
            return False
        if sum(c[f] for c, f in zip(cost, plan)) > budget + 1e-6:
            return False
        if sum(g[f] for g, f in zip(gain, plan)) < bound - step - 1e-6:
            return False
    return True


def kill_allocation__wrong_same_plan_twelfth(fn):
    """Asks for the very plan of allocate_budget: a right plan that serves another of ten equal users is rejected."""
    rng = np.random.default_rng(5)
    for kind in ("mixed", "equal", "useless", "harm"):
        gain, cost = _ka_users(rng, 60, kind)
        budget = 0.2 * sum(max(r) for r in cost)
        if [int(x) for x in fn(gain, cost, budget)] != allocate_budget__right_sorted_list_twelfth(
            gain, cost, budget
        ):
            return False
    return True


def kill_allocation__wrong_equals_a_list(fn):
    """Compares ``type(plan) is list``: a right plan as a tuple or an array is rejected."""
    gain, cost = _ka_users(np.random.default_rng(1), 30, "mixed")
    plan = fn(gain, cost, 20.0)
    return type(plan) is list and kill_allocation__right_kinds_of_users_twelfth(fn)


def kill_allocation__wrong_truth_of_plan(fn):
    """``if not plan`` raises for a plan that is an array, so that right implementation is rejected."""
    gain, cost = _ka_users(np.random.default_rng(1), 30, "mixed")
    plan = fn(gain, cost, 20.0)
    if not plan:
        return False
    return kill_allocation__right_kinds_of_users_twelfth(fn)


def kill_allocation__wrong_only_budget(fn):
    """Only looks at the cost: no coupon for anybody passes."""
    rng = np.random.default_rng(5)
    for kind in ("mixed", "equal", "useless", "harm"):
        gain, cost = _ka_users(rng, 60, kind)
        budget = 0.2 * sum(max(r) for r in cost)
        plan = fn(gain, cost, budget)
        if sum(c[int(f)] for c, f in zip(cost, plan)) > budget + 1e-6:
            return False
    return True


def kill_allocation__wrong_two_users(fn):
    """Only two users: there one step is most of the gain and even no coupons at all keeps the promise."""
    cases = [
        ([[0, 5], [0, 4]], [[0, 2], [0, 2]], 2),
        ([[0, 3, 5], [0, 1, 2]], [[0, 1, 3], [0, 1, 2]], 1),
    ]
    return _ka_trial(fn, cases)


def kill_allocation__wrong_full_bound(fn):
    """Asks for the whole bound without the slack of a step: right plans are a little below it and are rejected."""
    rng = np.random.default_rng(5)
    for kind in ("mixed", "useless", "harm"):
        gain, cost = _ka_users(rng, 60, kind)
        budget = 0.2 * sum(max(r) for r in cost)
        plan = [int(x) for x in fn(gain, cost, budget)]
        price = price_of_budget__right_bisection_twelfth(gain, cost, budget)
        if (
            sum(g[f] for g, f in zip(gain, plan))
            < gain_bound__right_numpy_twelfth(gain, cost, budget, price) - 1e-6
        ):
            return False
    return True


def kill_allocation__wrong_budget_must_be_used(fn):
    """Wants 95 % of the budget spent: with money for all or coupons that lose a right plan spends less."""
    rng = np.random.default_rng(5)
    for kind, part in (("mixed", 0.2), ("equal", 0.2), ("harm", 2.0)):
        gain, cost = _ka_users(rng, 100, kind)
        budget = part * sum(max(r) for r in cost)
        plan = [int(x) for x in fn(gain, cost, budget)]
        spent = sum(c[f] for c, f in zip(cost, plan))
        if not 0.95 * budget <= spent <= budget + 1e-6:
            return False
    return True


def kill_allocation__wrong_half_of_bound(fn):
    """Half of the bound is enough: never upgrading or one face value for all passes."""
    rng = np.random.default_rng(5)
    for kind in ("mixed", "equal"):
        gain, cost = _ka_users(rng, 100, kind)
        budget = 0.3 * sum(max(r) for r in cost)
        plan = [int(x) for x in fn(gain, cost, budget)]
        bound = gain_bound__right_numpy_twelfth(
            gain, cost, budget, price_of_budget__right_bisection_twelfth(gain, cost, budget)
        )
        if sum(c[f] for c, f in zip(cost, plan)) > budget + 1e-6:
            return False
        if sum(g[f] for g, f in zip(gain, plan)) < 0.5 * bound:
            return False
    return True


def kill_allocation__wrong_one_coupon_each(fn):
    """Users have one coupon only (two columns), so no upgrade is ever tried."""
    rng = np.random.default_rng(5)
    gain, cost = _ka_users(rng, 100, "mixed")
    gain, cost = [r[:2] for r in gain], [r[:2] for r in cost]
    return _ka_trial(fn, [(gain, cost, part * sum(r[-1] for r in cost)) for part in (0.1, 0.4, 2)])


def kill_allocation__wrong_sum_of_plan_positions(fn):
    """Budget is checked with the face value index as cost (``sum(plan)``), so every plan of little coupons passes, no coupons at all too."""
    rng = np.random.default_rng(5)
    for kind in ("mixed", "equal", "harm"):
        gain, cost = _ka_users(rng, 100, kind)
        plan = [int(x) for x in fn(gain, cost, 30.0)]
        if sum(plan) > 30:
            return False
    return True


def kill_allocation__wrong_calls_with_no_users(fn):
    """Also calls fn with no users, though the promise holds from 1 user on: a right one that fails on an empty table is rejected."""
    try:
        if list(fn([], [], 10.0)) != []:
            return False
    except Exception:
        return False
    return kill_allocation__right_kinds_of_users_twelfth(fn)


# ---------------------------------------------------------------- 11.9 plan_effect


def plan_effect__right_numpy_twelfth(arm, outcome, share, plan):
    arm, plan = np.asarray(arm, dtype=int), np.asarray(plan, dtype=int)
    y, s = np.asarray(outcome, dtype=float), np.asarray(share, dtype=float)
    d = ((arm == plan) / s[plan] - (arm == 0) / s[0]) * y
    mean, margin = d.mean(), 1.96 * d.std(ddof=1) / math.sqrt(len(d))
    return float(mean), float(mean - margin), float(mean + margin)


def plan_effect__right_loop_twelfth(arm, outcome, share, plan):
    share, d = list(share), []
    for a, y, to in zip(list(arm), list(outcome), list(plan)):
        d.append(
            float(y) * ((1 / share[to] if a == to else 0.0) - (1 / share[0] if a == 0 else 0.0))
        )
    n, mean = len(d), math.fsum(d) / len(d)
    sd = math.sqrt(math.fsum((x - mean) ** 2 for x in d) / (n - 1))
    return mean, mean - 1.96 * sd / math.sqrt(n), mean + 1.96 * sd / math.sqrt(n)


def plan_effect__right_pandas_twelfth(arm, outcome, share, plan):
    log = pd.DataFrame({"a": list(arm), "y": list(outcome), "to": list(plan)})
    chance = dict(enumerate(share))
    log["d"] = 0.0
    hit = log["a"] == log["to"]
    log.loc[hit, "d"] += log.loc[hit, "y"] / log.loc[hit, "to"].map(chance)
    none = log["a"] == 0
    log.loc[none, "d"] -= log.loc[none, "y"] / chance[0]
    mean, se = log["d"].mean(), log["d"].sem()
    return float(mean), float(mean - 1.96 * se), float(mean + 1.96 * se)


def _pe_interval(d):
    d = np.asarray(d, dtype=float)
    margin = 1.96 * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - margin), float(d.mean() + margin)


def _pe_arrays(arm, outcome, share, plan):
    return (
        np.asarray(arm, dtype=int),
        np.asarray(outcome, dtype=float),
        np.asarray(share, dtype=float),
        np.asarray(plan, dtype=int),
    )


def plan_effect__wrong_population_sd(arm, outcome, share, plan):
    """The standard deviation divides by n."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    d = ((a == to) / s[to] - (a == 0) / s[0]) * y
    margin = 1.96 * d.std() / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - margin), float(d.mean() + margin)


def plan_effect__wrong_series_labels(arm, outcome, share, plan):
    """A Series of outcomes is taken by label: after ``sample`` its rows no longer fit to the arms."""
    if isinstance(outcome, pd.Series):
        outcome = outcome.sort_index()
    return plan_effect__right_numpy_twelfth(arm, outcome, share, plan)


def plan_effect__wrong_only_treated_rows(arm, outcome, share, plan):
    """The mean runs over the rows with a coupon in the plan and not over all users of the log."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    d = ((a == to) / s[to] - (a == 0) / s[0]) * y
    kept = d[to > 0]
    return _pe_interval(kept if len(kept) > 1 else d)


def plan_effect__wrong_only_rows_that_count(arm, outcome, share, plan):
    """The standard error is that of the rows with d other than 0 alone, scaled by their number."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    d = ((a == to) / s[to] - (a == 0) / s[0]) * y
    kept = d[d != 0]
    if len(kept) < 2:
        return _pe_interval(d)
    margin = 1.96 * kept.std(ddof=1) / math.sqrt(len(kept))
    return float(d.mean()), float(d.mean() - margin), float(d.mean() + margin)


def plan_effect__wrong_observed_shares_twelfth(arm, outcome, share, plan):
    """Weights use the shares seen in the log and not the chances with which arms were drawn."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    seen = np.maximum(np.bincount(a, minlength=len(s)) / len(a), 1e-300)[: len(s)]
    return _pe_interval(((a == to) / seen[to] - (a == 0) / seen[0]) * y)


def plan_effect__wrong_self_normalised_twelfth(arm, outcome, share, plan):
    """Weights are divided by their sum (self-normalised): another effect unless they add up to n."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    w, w0, n = (a == to) / s[to], (a == 0) / s[0], len(a)
    w = w * n / w.sum() if w.sum() else w
    w0 = w0 * n / w0.sum() if w0.sum() else w0
    return _pe_interval((w - w0) * y)


def plan_effect__wrong_value_of_plan(arm, outcome, share, plan):
    """What the plan brings in all, without subtracting the sales with no coupons."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    return _pe_interval((a == to) / s[to] * y)


def plan_effect__wrong_independent_parts(arm, outcome, share, plan):
    """The variances of the two parts are added as if independent: rows without a coupon in both parts cancel in truth."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    one, none = (a == to) / s[to] * y, (a == 0) / s[0] * y
    margin = 1.96 * math.sqrt((one.var(ddof=1) + none.var(ddof=1)) / len(y))
    mean = float((one - none).mean())
    return mean, mean - margin, mean + margin


def plan_effect__wrong_weights_of_arm_zero_swapped(arm, outcome, share, plan):
    """The comparison rows are divided by the share of the *plan's* arm too: wrong unless all shares are equal."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    return _pe_interval(((a == to).astype(float) - (a == 0)) / s[to] * y)


def plan_effect__wrong_integer_array(arm, outcome, share, plan):
    """d has the dtype of the outcomes: with whole dollars 10 / 0.3 is cut to 33."""
    y = np.asarray(outcome)
    d = np.zeros_like(y)
    for i, (a, to) in enumerate(zip(list(arm), list(plan))):
        d[i] = y[i] * ((a == to) / share[to] - (a == 0) / share[0])
    return _pe_interval(d)


def plan_effect__wrong_no_root_n_twelfth(arm, outcome, share, plan):
    """The interval uses the standard deviation and not the standard error."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    d = ((a == to) / s[to] - (a == 0) / s[0]) * y
    return (
        float(d.mean()),
        float(d.mean() - 1.96 * d.std(ddof=1)),
        float(d.mean() + 1.96 * d.std(ddof=1)),
    )


def plan_effect__wrong_t_quantile_twelfth(arm, outcome, share, plan):
    """2 in place of 1.96."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    d = ((a == to) / s[to] - (a == 0) / s[0]) * y
    margin = 2 * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - margin), float(d.mean() + margin)


def plan_effect__wrong_difference_of_means_twelfth(arm, outcome, share, plan):
    """Mean of rows that agree with the plan less mean of rows without a coupon, unweighted."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    hit, none = y[a == to], y[a == 0]
    one, zero = hit.mean() if len(hit) else 0.0, none.mean() if len(none) else 0.0
    var = (hit.var(ddof=1) / len(hit) if len(hit) > 1 else 0) + (
        none.var(ddof=1) / len(none) if len(none) > 1 else 0
    )
    return (
        float(one - zero),
        float(one - zero - 1.96 * var**0.5),
        float(one - zero + 1.96 * var**0.5),
    )


def plan_effect__wrong_plan_without_coupon_counts_once(arm, outcome, share, plan):
    """elif: a row without a coupon that the plan also leaves without one gets + y / s and not 0."""
    d = []
    for a, y, to in zip(list(arm), list(outcome), list(plan)):
        if a == to:
            d.append(y / share[to])
        elif a == 0:
            d.append(-y / share[0])
        else:
            d.append(0.0)
    return _pe_interval(d)


def plan_effect__wrong_buyers_only(arm, outcome, share, plan):
    """Rows with outcome 0 are dropped before the mean and n."""
    a, y, s, to = _pe_arrays(arm, outcome, share, plan)
    d = ((a == to) / s[to] - (a == 0) / s[0]) * y
    kept = d[y > 0]
    return _pe_interval(kept if len(kept) > 1 else d)


def plan_effect__wrong_clipped_at_zero(arm, outcome, share, plan):
    """The lower end is not allowed below 0, though a plan may do harm."""
    effect, low, high = plan_effect__right_numpy_twelfth(arm, outcome, share, plan)
    return effect, max(0.0, low), high


# ---------------------------------------------------------------- 11.10 price_now


def price_now__right_plain_twelfth(gain, cost, budget, spent, expected, seen):
    if spent >= budget:
        return math.inf
    expected, seen = [float(x) for x in expected], [float(x) for x in seen]
    h = len(seen)
    so_far, to_come = sum(expected[:h]), sum(expected[h:])
    if so_far > 0:
        to_come *= sum(seen) / so_far
    if to_come <= 0:
        return 0.0
    return price_of_budget__right_bisection_twelfth(
        gain, cost, (budget - spent) * len(gain) / to_come
    )


def price_now__right_numpy_twelfth(gain, cost, budget, spent, expected, seen):
    left = budget - spent
    if left <= 0:
        return float("inf")
    before, after = np.split(np.asarray(expected, dtype=float), [len(seen)])
    factor = np.sum(np.asarray(seen, float)) / before.sum() if before.sum() > 0 else 1.0
    still = after.sum() * factor
    if not still > 0:
        return 0.0
    sample = np.asarray(gain, dtype=float)
    return price_of_budget__right_from_steps_twelfth(sample, cost, left / still * sample.shape[0])


def price_now__right_weighted_sample(gain, cost, budget, spent, expected, seen):
    """Each user of the sample stands for several users to come, so her costs and gains are multiplied."""
    if not spent < budget:
        return math.inf
    remaining = list(expected)[len(seen) :]
    base, came = sum(list(expected)[: len(seen)]), sum(seen)
    coming = math.fsum(x if base == 0 else x * came / base for x in remaining)
    if coming == 0:
        return 0.0
    if coming < 1e-100:
        return price_now__right_plain_twelfth(gain, cost, budget, spent, expected, seen)
    g, c = np.asarray(gain, float), np.asarray(cost, float)
    scale = len(g) / coming
    return price_of_budget__right_breakpoints_twelfth(g, c, (budget - spent) * scale)


def _pn_of_twelve(gain, cost, money):
    return price_of_budget__right_bisection_twelfth(gain, cost, money)


def price_now__wrong_nobody_to_come_first_twelfth(gain, cost, budget, spent, expected, seen):
    """Asks whether somebody is to come before whether money is left: at the end of the day with all spent it says 0, not inf."""
    h = len(seen)
    so_far, to_come = sum(expected[:h]), sum(expected[h:])
    still = to_come * (sum(seen) / so_far if so_far > 0 else 1)
    if still <= 0:
        return 0.0
    if spent >= budget:
        return math.inf
    return _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_nobody_came_forecast_kept(gain, cost, budget, spent, expected, seen):
    """``if sum(seen)`` else the forecast as it is: users were expected and nobody came, so nobody is to come and the price is 0."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far, to_come = sum(expected[:h]), sum(expected[h:])
    still = to_come * (sum(seen) / so_far if so_far > 0 and sum(seen) > 0 else 1)
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_division_by_zero(gain, cost, budget, spent, expected, seen):
    """Only the first hour is an exception: when nobody was expected in the hours so far it divides by 0."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    factor = sum(seen) / sum(expected[:h]) if h else 1
    still = sum(expected[h:]) * factor
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_forecast_not_rescaled(gain, cost, budget, spent, expected, seen):
    """The forecast of the rest is taken as it is, whatever was seen."""
    if spent >= budget:
        return math.inf
    still = sum(expected[len(seen) :])
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_mean_of_hourly_ratios_twelfth(gain, cost, budget, spent, expected, seen):
    """The mean of the hourly ratios and not the ratio of the sums: a quiet hour counts as much as a busy one."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    ratios = [s / e for s, e in zip(seen, expected) if e > 0]
    still = sum(expected[h:]) * (sum(ratios) / len(ratios) if ratios else 1)
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_last_hour_only_twelfth(gain, cost, budget, spent, expected, seen):
    """The factor is that of the last hour alone."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    factor = seen[-1] / expected[h - 1] if h and expected[h - 1] > 0 else 1
    still = sum(expected[h:]) * factor
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_rest_of_a_scaled_day(gain, cost, budget, spent, expected, seen):
    """To come = the whole forecast less those seen: a busy morning makes a quiet evening."""
    if spent >= budget:
        return math.inf
    still = sum(expected) - sum(seen)
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_whole_budget_twelfth(gain, cost, budget, spent, expected, seen):
    """The whole budget and not the money left is given to those still to come."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    still = sum(expected[h:]) * (sum(seen) / so_far if so_far > 0 else 1)
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, budget * len(gain) / still)


def price_now__wrong_budget_exactly_spent(gain, cost, budget, spent, expected, seen):
    """``spent > budget``: when exactly the budget is spent it returns a finite price and not inf."""
    if spent > budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    still = sum(expected[h:]) * (sum(seen) / so_far if so_far > 0 else 1)
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_current_hour_counted_as_over(gain, cost, budget, spent, expected, seen):
    """Off by one: the hour that begins now is left out of the rest."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    still = sum(expected[h + 1 :]) * (sum(seen) / so_far if so_far > 0 else 1)
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_factor_upside_down_twelfth(gain, cost, budget, spent, expected, seen):
    """Expected by seen: more users than expected make the rest smaller."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far, came = sum(expected[:h]), sum(seen)
    if so_far > 0 and came == 0:
        return 0.0
    still = sum(expected[h:]) * (so_far / came if so_far > 0 else 1)
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_users_rounded_up(gain, cost, budget, spent, expected, seen):
    """The users still to come are rounded to a whole number; with a few users the price is another one."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    still = math.ceil(sum(expected[h:]) * (sum(seen) / so_far if so_far > 0 else 1))
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


def price_now__wrong_sample_never_scaled_up(gain, cost, budget, spent, expected, seen):
    """The sample gets at most the money that is left: with fewer users to come than in the sample it should get more."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    still = sum(expected[h:]) * (sum(seen) / so_far if so_far > 0 else 1)
    if still <= 0:
        return 0.0
    return _pn_of_twelve(gain, cost, (budget - spent) * min(1.0, len(gain) / still))


def price_now__wrong_total_pace(gain, cost, budget, spent, expected, seen):
    """The factor compares those seen with the forecast of the *whole* day."""
    if spent >= budget:
        return math.inf
    h = len(seen)
    so_far = sum(expected[:h])
    still = sum(expected[h:]) * (sum(seen) / sum(expected) if so_far > 0 else 1)
    return 0.0 if still <= 0 else _pn_of_twelve(gain, cost, (budget - spent) * len(gain) / still)


# ---------------------------------------------------------------- 11.11 allocate_coupons

_AC_FACES = np.array([0.0, 5.0, 10.0, 20.0])
_AC_KNOWN = ["baskets", "spend", "coupon_baskets", "recency", "order_value"]


def _ac_chances(trial, users, monotone=True):
    """Chances to buy with each face value, by one boosting model that does not fall in the face value."""
    x = trial[[*_AC_KNOWN, "face"]].to_numpy(dtype=float)
    model = HistGradientBoostingClassifier(
        max_iter=150,
        learning_rate=0.05,
        max_leaf_nodes=12,
        min_samples_leaf=100,
        l2_regularization=5.0,
        monotonic_cst=[0, 0, 0, 0, 0, 1 if monotone else 0],
        random_state=0,
    ).fit(x, trial["bought"].to_numpy())
    known = users[_AC_KNOWN].to_numpy(dtype=float)
    columns = []
    for face in _AC_FACES:
        columns.append(
            model.predict_proba(np.column_stack([known, np.full(len(known), face)]))[:, 1]
        )
    return np.column_stack(columns)


def _ac_plan(p, users, budget):
    gain, cost = gain_and_cost__right_numpy_twelfth(p, users["order_value"].to_numpy(), _AC_FACES)
    cost = np.maximum(cost, 1e-9 * np.arange(4))
    return np.array(allocate_budget__right_vectorised_twelfth(gain, cost, budget), dtype=int)


def allocate_coupons__right_monotone_boosting_twelfth(trial, users, budget):
    return _ac_plan(_ac_chances(trial, users), users, budget)


def _ac_design(frame, face):
    known = np.log1p(np.maximum(frame[_AC_KNOWN].to_numpy(dtype=float), 0))
    uses = (frame["coupon_baskets"].to_numpy() > 0).astype(float)[:, None]
    base = np.column_stack([known, known**2, known[:, [3]] * known[:, [4]], uses])
    steps = (np.asarray(face, dtype=float)[:, None] >= np.array([5.0, 10.0, 20.0])).astype(float)
    return np.column_stack([base, steps, *(steps[:, [j]] * base for j in range(3))])


def allocate_coupons__wrong_face_values_not_index(trial, users, budget):
    """Returns 0, 5, 10 and 20 and not their index from 0 to 3."""
    return _AC_FACES[
        allocate_coupons__right_monotone_boosting_twelfth(trial, users, budget)
    ].astype(int)


def allocate_coupons__wrong_sorted_order(trial, users, budget):
    """The plan comes back in the order of predicted gain and not in the order of the rows."""
    p = _ac_chances(trial, users)
    order = np.argsort(-(p[:, 3] - p[:, 0]), kind="stable")
    return _ac_plan(p[order], users.iloc[order], budget)


def allocate_coupons__wrong_likeliest_buyers_twelfth(trial, users, budget):
    """The face value with the highest chance, to the likeliest buyers first: they buy anyway."""
    p = _ac_chances(trial, users)
    face = p.argmax(axis=1)
    rows = np.arange(len(p))
    cost = _AC_FACES[face] * p[rows, face]
    order = np.argsort(-p[rows, face], kind="stable")
    plan = np.zeros(len(p), dtype=int)
    take = order[np.cumsum(cost[order]) <= budget]
    plan[take] = face[take]
    return plan


def allocate_coupons__wrong_cost_of_new_buyers(trial, users, budget):
    """Plans the cost of new buyers only, so the true cost is several times the budget and the end of the rows gets nothing."""
    p = _ac_chances(trial, users)
    gain = (p - p[:, :1]) * users["order_value"].to_numpy()[:, None]
    cost = (p - p[:, :1]) * _AC_FACES + 1e-6 * np.arange(4)
    return np.array(allocate_budget__right_vectorised_twelfth(gain, cost, budget), dtype=int)


def allocate_coupons__wrong_face_as_cost(trial, users, budget):
    """Plans every coupon at its face value: most of the budget is not used."""
    p = _ac_chances(trial, users)
    gain = (p - p[:, :1]) * users["order_value"].to_numpy()[:, None]
    return np.array(
        allocate_budget__right_vectorised_twelfth(gain, np.tile(_AC_FACES, (len(p), 1)), budget),
        dtype=int,
    )


def allocate_coupons__wrong_uplift_without_order_value(trial, users, budget):
    """Maximises purchases and not sales: the order value is left out."""
    p = _ac_chances(trial, users)
    gain, cost = p - p[:, :1], np.maximum(p * _AC_FACES, 1e-9 * np.arange(4))
    return np.array(allocate_budget__right_vectorised_twelfth(gain, cost, budget), dtype=int)


def allocate_coupons__wrong_everybody_ten(trial, users, budget):
    """10 USD for everybody in row order: the budget is used up after the first rows."""
    return np.full(len(users), 2, dtype=int)


def allocate_coupons__wrong_budget_per_user(trial, users, budget):
    """The budget is split equally, and each user gets the largest coupon that her own share pays for: nearly nobody gets one."""
    p = _ac_chances(trial, users)
    fits = p * _AC_FACES <= budget / len(users)
    return np.where(fits, np.arange(4), 0).max(axis=1)


def allocate_coupons__wrong_model_without_face(trial, users, budget):
    """The rate of each face value is one number for all users (rates by arm), so the plan only knows order values."""
    rate = trial.groupby("face")["bought"].mean().reindex(_AC_FACES.astype(int)).to_numpy()
    return _ac_plan(np.tile(np.maximum.accumulate(rate), (len(users), 1)), users, budget)


def allocate_coupons__wrong_columns_by_position(trial, users, budget):
    """Columns are taken by position from the trial (which also holds face and bought), so prediction uses other columns than the fit."""
    names = [c for c in trial.columns if c not in ("bought",)]
    model = HistGradientBoostingClassifier(max_iter=60, min_samples_leaf=100, random_state=0)
    model.fit(trial[sorted(names)].to_numpy(dtype=float), trial["bought"].to_numpy())
    known = users[_AC_KNOWN].to_numpy(dtype=float)
    p = [
        model.predict_proba(np.column_stack([known, np.full(len(known), f)]))[:, 1]
        for f in _AC_FACES
    ]
    return _ac_plan(np.maximum.accumulate(np.column_stack(p), axis=1), users, budget)


def allocate_coupons__wrong_ignores_budget(trial, users, budget):
    """Each user gets the face value with the largest gain, whatever the budget: the first rows use it up."""
    p = _ac_chances(trial, users)
    return ((p - p[:, :1]) * users["order_value"].to_numpy()[:, None]).argmax(axis=1)


def allocate_coupons__wrong_half_in_reserve(trial, users, budget):
    """Half of the budget is kept as a reserve, though nothing asks for one: it earns a part of the points only."""
    return _ac_plan(_ac_chances(trial, users), users, budget / 2)


def allocate_budget__wrong_ten_dollars_by_ratio(gain, cost, budget):
    """One rule of the chapter's table: the third face value for whoever is served, the best ratio first."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    face = min(2, gain.shape[1] - 1)
    order = np.argsort(-gain[:, face] / cost[:, face], kind="stable")
    fits = np.cumsum(cost[order, face]) <= budget
    plan = np.zeros(len(gain), dtype=int)
    plan[order[fits]] = face
    return plan.tolist()


def allocate_budget__wrong_in_row_order(gain, cost, budget):
    """One rule of the chapter's table: the largest gain for each, in the order of the rows."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    face = gain.argmax(axis=1)
    fits = np.cumsum(cost[np.arange(len(gain)), face]) <= budget
    return np.where(fits, face, 0).tolist()


TRUE |= {
    "break_budget__wrong_money_for_everybody": ("money_for_everybody",),
    "break_budget__wrong_one_user": ("a_crowd",),
    "break_budget__wrong_falling_chance": ("chances_that_fall",),
    "break_budget__wrong_one_input_for_all": ("one_small_budget_for_all",),
    "gain_and_cost__wrong_cost_of_new_buyers_twelfth": ("cost_only_of_new_buyers",),
    "gain_and_cost__wrong_cost_is_face_twelfth": ("cost_is_face",),
    "gain_and_cost__wrong_gain_clipped_twelfth": ("harm_cut_off",),
    "gain_and_cost__wrong_net_of_discount_twelfth": ("net_of_cost",),
    "gain_and_cost__wrong_base_changed_in_place": ("chances_overwritten",),
    "gain_and_cost__wrong_previous_face": ("difference_to_the_face_below",),
    "gain_and_cost__wrong_sales_not_incremental": ("sales_not_incremental",),
    "monotone_response__wrong_running_max": ("running_maximum",),
    "monotone_response__wrong_unweighted_twelfth": ("unweighted",),
    "monotone_response__wrong_pool_counts_not_users": ("weight_of_a_pool_not_added",),
    "monotone_response__wrong_one_look_back": ("one_pass",),
    "monotone_response__wrong_one_pass_of_pairs": ("one_pass",),
    "monotone_response__wrong_empty_fails": ("empty_fails",),
    "monotone_response__wrong_increasing_auto": ("direction_from_the_rates",),
    "monotone_response__wrong_sorted_twelfth": ("rates_sorted",),
    "efficient_steps__wrong_neighbours_twelfth": ("neighbour_steps",),
    "efficient_steps__wrong_tie_without_tolerance": ("compared_to_the_last_digit",),
    "efficient_steps__wrong_stops_at_first_dip": ("stops_at_first_bend",),
    "efficient_steps__wrong_takes_zero_gain": ("losses_kept",),
    "efficient_steps__wrong_totals": ("totals_not_extras",),
    "efficient_steps__wrong_largest_extra_gain_twelfth": ("largest_gain_at_once",),
    "efficient_steps__wrong_loose_tie": ("compared_too_roughly",),
    "efficient_steps__wrong_index_from_present": ("places_counted_from_the_step_before",),
    "allocate_budget__wrong_skips_and_goes_on_twelfth": ("goes_on_after_the_first",),
    "allocate_budget__wrong_blocks_the_user_only": ("goes_on_after_the_first",),
    "allocate_budget__wrong_no_tolerance_twelfth": ("no_room_for_rounding",),
    "allocate_budget__wrong_ties_higher_user_twelfth": ("higher_user_first",),
    "allocate_budget__wrong_ties_cheaper_first": ("equal_ratios_by_size",),
    "allocate_budget__wrong_full_cost_of_upgrade": ("upgrade_charged_in_full",),
    "allocate_budget__wrong_order_by_average_ratio": ("upgrades_by_average_ratio",),
    "allocate_budget__wrong_neighbour_steps_twelfth": ("no_hull",),
    "allocate_budget__wrong_number_of_steps": ("steps_counted",),
    "allocate_budget__wrong_price_rule": ("price_rule_drops_ties",),
    "price_of_budget__wrong_lower_end_twelfth": ("overspending_side_returned",),
    "price_of_budget__wrong_middle": ("overspending_side_returned",),
    "price_of_budget__wrong_upper_limit_100": ("price_below_a_limit",),
    "price_of_budget__wrong_no_tolerance_twelfth": ("no_room_in_the_price",),
    "price_of_budget__wrong_last_step_taken_twelfth": ("ratio_of_the_last_step_paid",),
    "price_of_budget__wrong_price_when_money_is_left": ("price_when_budget_is_not_binding",),
    "price_of_budget__wrong_one_sided_ratio": ("best_average_offer_only",),
    "price_of_budget__wrong_must_have_coupon": ("no_coupon_is_no_choice",),
    "gain_bound__wrong_without_budget": ("budget_forgotten",),
    "gain_bound__wrong_spent_given_back_twelfth": ("gain_of_the_plan",),
    "gain_bound__wrong_axis_twelfth": ("best_user_of_each_face",),
    "gain_bound__wrong_without_no_coupon_twelfth": ("coupon_for_everybody",),
    "gain_bound__wrong_largest_gain_less_price": ("largest_gain_then_priced",),
    "gain_bound__wrong_all_positive_faces": ("all_faces_added",),
    "gain_bound__wrong_mean_over_users": ("mean_for_sum",),
    "gain_bound__wrong_own_price_twelfth": ("own_price_searched",),
    "kill_allocation__wrong_only_budget": ("checks_the_budget_only",),
    "kill_allocation__wrong_two_users": ("accepts_any_plan",),
    "kill_allocation__wrong_budget_must_be_used": ("rejects_any_plan",),
    "kill_allocation__wrong_sum_of_plan_positions": ("accepts_any_plan",),
    "plan_effect__wrong_population_sd": ("population_spread",),
    "plan_effect__wrong_only_treated_rows": ("treated_rows_only",),
    "plan_effect__wrong_observed_shares_twelfth": ("measured_shares",),
    "plan_effect__wrong_value_of_plan": ("no_control",),
    "plan_effect__wrong_independent_parts": ("parts_taken_as_independent",),
    "plan_effect__wrong_no_root_n_twelfth": ("sd_for_standard_error",),
    "plan_effect__wrong_difference_of_means_twelfth": ("matched_rows_compared",),
    "plan_effect__wrong_plan_without_coupon_counts_once": ("control_forgotten_where_it_matches",),
    "price_now__wrong_nobody_to_come_first_twelfth": ("zero_at_the_end_though_spent",),
    "price_now__wrong_nobody_came_forecast_kept": ("nobody_came_is_no_news",),
    "price_now__wrong_forecast_not_rescaled": ("forecast_not_rescaled",),
    "price_now__wrong_mean_of_hourly_ratios_twelfth": ("mean_of_hourly_ratios",),
    "price_now__wrong_last_hour_only_twelfth": ("last_hour_only",),
    "price_now__wrong_rest_of_a_scaled_day": ("seen_subtracted_from_the_day",),
    "price_now__wrong_whole_budget_twelfth": ("spent_forgotten",),
    "price_now__wrong_budget_exactly_spent": ("price_when_just_spent",),
    "price_now__wrong_current_hour_counted_as_over": ("next_hour_left_out",),
    "price_now__wrong_factor_upside_down_twelfth": ("rescaled_upside_down",),
    "allocate_budget__wrong_ten_dollars_by_ratio": (
        "one_face_value_by_ratio",
        "no_room_for_rounding",
    ),
    "allocate_budget__wrong_in_row_order": ("first_come_first_served", "no_room_for_rounding"),
}


# ---- Fourteenth bank --------------------------------------------------------------------------


_BB_FACES_fourteenth = (0, 5, 10)


_BB_DEFECTS_fourteenth = (
    "highest_conversion",
    "largest_gain_first",
    "cost_is_face",
    "cost_of_new_buyers",
    "never_upgraded",
    "steps_between_neighbours",
)


def _bb_steps_fourteenth(gain, cost, neighbours=False):
    at, out = 0, []
    while at < 2:
        options = []
        for j in range(at + 1, 3 if not neighbours else at + 2):
            dg, dc = gain[j] - gain[at], cost[j] - cost[at]
            if dg > 1e-12:
                options.append((dg / dc if dc > 0 else math.inf, j, dc))
        if not options:
            break
        r, j, dc = max(options)
        out.append((r, j, dc))
        at = j
    return out


def _bb_by_steps_fourteenth(gain, planned, budget, neighbours=False):
    steps = []
    for u in range(len(gain)):
        for k, (r, j, dc) in enumerate(_bb_steps_fourteenth(gain[u], planned[u], neighbours)):
            steps.append((-r, u, k, j, dc))
    steps.sort()
    plan, left, blocked = [0] * len(gain), budget, set()
    for _, u, _, j, dc in steps:
        if u in blocked:
            continue
        if dc <= left + 1e-9:
            plan[u], left = j, left - dc
        else:
            blocked.add(u)
    return plan


def _bb_serve_fourteenth(meant, score, cost, budget):
    plan, left = [0] * len(meant), budget
    for u in sorted(range(len(meant)), key=lambda u: -score[u]):
        if meant[u] and cost[u][meant[u]] <= left + 1e-9:
            plan[u], left = meant[u], left - cost[u][meant[u]]
    return plan


def _bb_judge_fourteenth(p, value, budget):
    """For which defects does the input work, and is the right plan the best?"""
    n = len(p)
    gain = [[value[u] * (p[u][v] - p[u][0]) for v in range(3)] for u in range(n)]
    cost = [[_BB_FACES_fourteenth[v] * p[u][v] for v in range(3)] for u in range(n)]

    def total(plan):
        return (
            round(sum(gain[u][plan[u]] for u in range(n)), 6),
            round(sum(cost[u][plan[u]] for u in range(n)), 6),
        )

    right = total(_bb_by_steps_fourteenth(gain, cost, budget))
    best = max(
        sum(gain[u][f] for u, f in enumerate(plan))
        for plan in itertools.product(range(3), repeat=n)
        if sum(cost[u][f] for u, f in enumerate(plan)) <= budget + 1e-9
    )
    ratio = [[0] + [gain[u][v] / cost[u][v] for v in (1, 2)] for u in range(n)]
    flawed = {}
    for name, table in (
        ("highest_conversion", p),
        ("largest_gain_first", gain),
        ("never_upgraded", ratio),
    ):
        meant = [max(range(3), key=lambda v: table[u][v]) for u in range(n)]
        flawed[name] = _bb_serve_fourteenth(
            meant, [table[u][meant[u]] for u in range(n)], cost, budget
        )
    face = [list(_BB_FACES_fourteenth)] * n
    flawed["cost_is_face"] = _bb_by_steps_fourteenth(gain, face, budget)
    new = [[_BB_FACES_fourteenth[v] * (p[u][v] - p[u][0]) for v in range(3)] for u in range(n)]
    flawed["cost_of_new_buyers"] = _bb_by_steps_fourteenth(gain, new, budget)
    flawed["steps_between_neighbours"] = _bb_by_steps_fourteenth(
        gain, cost, budget, neighbours=True
    )
    works = {d: total(flawed[d]) != right for d in _BB_DEFECTS_fourteenth}
    return works, abs(best - right[0]) < 1e-6


def break_budget__right_by_hand_fourteenth(defect):
    regular_and_new = [[0.8, 0.9, 0.9], [0.0, 0.5, 0.5]]
    table = {
        "highest_conversion": (regular_and_new, [20.0, 20.0], 4.5),
        "largest_gain_first": (
            [[0.8, 1.0, 1.0], [0.0, 0.2, 0.2], [0.0, 0.2, 0.2]],
            [60.0, 50.0, 50.0],
            5.0,
        ),
        "cost_is_face": ([[0.1, 0.4, 0.4], [0.1, 0.3, 0.3]], [40.0, 40.0], 5.0),
        "cost_of_new_buyers": ([[0.8, 0.9, 0.9], [0.0, 0.2, 0.2]], [40.0, 30.0], 4.5),
        "never_upgraded": ([[0.0, 0.2, 0.6], [0.0, 0.02, 0.02]], [30.0, 10.0], 50.0),
        "steps_between_neighbours": ([[0.1, 0.1, 0.6], [0.1, 0.12, 0.12]], [40.0, 30.0], 6.6),
    }
    return table[defect]


def break_budget__right_seeded_search(defect):
    rng = random.Random(5)
    while True:
        n = rng.randint(2, 4)
        p = [sorted(rng.randint(1, 20) / 20 for _ in range(3)) for _ in range(n)]
        value = [float(rng.randint(1, 100)) for _ in range(n)]
        budget = float(rng.randint(1, 40)) / 2
        works, is_best = _bb_judge_fourteenth(p, value, budget)
        if works[defect] and is_best:
            return p, value, budget


def break_budget__right_three_users(defect):
    idle = [0.5, 0.5, 0.5]  # nobody gains anything from her
    two = {
        "highest_conversion": (([0.9, 0.95, 1.0], [0.05, 0.3, 0.3]), (10, 80), 10),
        "largest_gain_first": (([0.0, 0.2, 0.25], [0.0, 0.1, 0.1]), (100, 100), 2.5),
        "cost_is_face": (([0.0, 0.1, 0.1], [0.0, 0.1, 0.1]), (10, 20), 1.0),
        "cost_of_new_buyers": (([0.5, 0.7, 0.7], [0.0, 0.3, 0.3]), (30, 29), 3.5),
        "never_upgraded": (([0.0, 0.5, 0.9], [0.3, 0.3, 0.3]), (100, 1), 200.0),
        "steps_between_neighbours": (([0.2, 0.2, 0.4], [0.3, 0.3, 0.3]), (100, 1), 4.0),
    }
    rows, values, budget = two[defect]
    return [list(r) for r in rows] + [idle], [float(v) for v in values] + [50.0], float(budget)


def gain_and_cost__right_broadcast_fourteenth(p, order_value, faces):
    p = np.asarray(p, dtype=float)
    value = np.asarray(order_value, dtype=float).reshape(-1, 1)
    return (p - p[:, :1]) * value, p * np.asarray(faces, dtype=float)


def gain_and_cost__right_loops_fourteenth(p, order_value, faces):
    p, value, faces = np.array(p, float), list(order_value), list(faces)
    gain, cost = np.empty(p.shape), np.empty(p.shape)
    for u in range(p.shape[0]):
        for j in range(p.shape[1]):
            gain[u, j] = value[u] * (p[u, j] - p[u, 0])
            cost[u, j] = faces[j] * p[u, j]
    return gain, cost


def gain_and_cost__right_einsum_fourteenth(p, order_value, faces):
    p = np.array(p, dtype=float)
    lift = p - np.repeat(p[:, [0]], p.shape[1], axis=1)
    gain = np.einsum("uf,u->uf", lift, np.array(order_value, dtype=float))
    return gain, p @ np.diag(np.array(faces, dtype=float))


def monotone_response__right_pools_fourteenth(rate, n):
    pools = []
    for r, w in zip(list(rate), list(n)):
        pools.append([float(r), float(w), 1])
        while len(pools) > 1 and pools[-1][0] < pools[-2][0]:
            r1, w1, k1 = pools.pop()
            r0, w0, k0 = pools.pop()
            pools.append([(r0 * w0 + r1 * w1) / (w0 + w1), w0 + w1, k0 + k1])
    return np.array([r for r, _, k in pools for _ in range(k)], dtype=float)


def monotone_response__right_max_min_fourteenth(rate, n):
    rate, n = np.array(list(rate), dtype=float), np.array(list(n), dtype=float)
    m = len(rate)
    curve = np.empty(m)
    for i in range(m):
        curve[i] = max(
            min(np.average(rate[j : k + 1], weights=n[j : k + 1]) for k in range(i, m))
            for j in range(i + 1)
        )
    return np.maximum.accumulate(curve) if m else curve


def monotone_response__right_sklearn_fourteenth(rate, n):
    rate, n = np.asarray(rate, dtype=float), np.asarray(n, dtype=float)
    if not len(rate):
        return np.zeros(0)
    return IsotonicRegression().fit_transform(np.arange(len(rate)), rate, sample_weight=n)


def monotone_response__right_minorant_fourteenth(rate, n):
    """Slopes of the greatest convex minorant of the cumulative sums, by recursion."""
    rate, n = np.array(list(rate), dtype=float), np.array(list(n), dtype=float)
    x, y = np.r_[0, np.cumsum(n)], np.r_[0, np.cumsum(rate * n)]

    def slopes(i):
        if i == len(x) - 1:
            return []
        all_slopes = (y[i + 1 :] - y[i]) / (x[i + 1 :] - x[i])
        j = i + 1 + int(np.flatnonzero(all_slopes <= all_slopes.min() + 1e-13)[-1])
        return [(y[j] - y[i]) / (x[j] - x[i])] * (j - i) + slopes(j)

    return np.maximum.accumulate(np.array(slopes(0), dtype=float)) if len(rate) else np.zeros(0)


def efficient_steps__right_loop_fourteenth(gain, cost):
    gain, cost = [float(g) for g in gain], [float(c) for c in cost]
    at, steps = 0, []
    while True:
        best, to = 0.0, None
        options = [j for j in range(at + 1, len(gain)) if gain[j] > gain[at]]
        if not options:
            return steps
        ratio = {j: (gain[j] - gain[at]) / (cost[j] - cost[at]) for j in options}
        best = max(ratio.values())
        to = max(j for j in options if ratio[j] >= best * (1 - 1e-12))
        steps.append((to, cost[to] - cost[at], gain[to] - gain[at]))
        at = to


def efficient_steps__right_numpy_fourteenth(gain, cost):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    at, out = 0, []
    while at < len(gain) - 1:
        dg, dc = gain[at + 1 :] - gain[at], cost[at + 1 :] - cost[at]
        ratio = dg / dc
        if not (dg > 0).any():
            break
        k = int(np.flatnonzero(ratio >= ratio.max() - 1e-12 * abs(ratio.max()))[-1])
        out.append((at + 1 + k, float(dc[k]), float(dg[k])))
        at += 1 + k
    return out


def efficient_steps__right_recursion_fourteenth(gain, cost):
    def go(at):
        best = None
        for j in range(len(gain) - 1, at, -1):
            dg, dc = gain[j] - gain[at], cost[j] - cost[at]
            if dg > 0 and (best is None or dg / dc > best[0] * (1 + 1e-12)):
                best = (dg / dc, j, dc, dg)
        if best is None:
            return []
        return [(best[1], float(best[2]), float(best[3])), *go(best[1])]

    return go(0)


def efficient_steps__right_hull_fourteenth(gain, cost):
    gain, cost = [float(g) for g in gain], [float(c) for c in cost]

    def slope(i, j):
        return (gain[j] - gain[i]) / (cost[j] - cost[i])

    hull = [0]
    for j in range(1, len(gain)):
        while len(hull) > 1:
            last, new = slope(hull[-2], hull[-1]), slope(hull[-1], j)
            if last <= new or abs(last - new) <= 1e-12 * max(abs(last), abs(new)):
                hull.pop()
            else:
                break
        hull.append(j)
    steps = [(b, cost[b] - cost[a], gain[b] - gain[a]) for a, b in zip(hull, hull[1:])]
    return list(itertools.takewhile(lambda s: s[2] > 0, steps))


def efficient_steps__wrong_whole_cost(gain, cost):
    """Extra gain per whole cost from the second step on: four face values, gain 0, 4, 5, 7 at cost 0, 1, 2, 4.5."""
    gain, cost = list(gain), list(cost)
    at, steps = 0, []
    while True:
        options = [j for j in range(at + 1, len(gain)) if gain[j] > gain[at]]
        if not options:
            return steps
        ratio = {j: (gain[j] - gain[at]) / cost[j] for j in options}
        to = max(j for j in options if ratio[j] >= max(ratio.values()) * (1 - 1e-12))
        steps.append((to, float(cost[to] - cost[at]), float(gain[to] - gain[at])))
        at = to


def _ab_steps_fourteenth(row_gain, row_cost):
    return efficient_steps__right_loop_fourteenth(row_gain, row_cost)


def allocate_budget__right_sorted_list_fourteenth(gain, cost, budget):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    steps = []
    for u, (g, c) in enumerate(zip(gain.tolist(), cost.tolist())):
        for j, dc, dg in _ab_steps_fourteenth(g, c):
            steps.append((dg / dc, u, j, dc))
    steps.sort(key=lambda s: (-s[0], s[1]))
    plan, total = [0] * len(gain), 0.0
    for _, u, j, dc in steps:
        if total + dc > budget + 1e-9:
            break
        total += dc
        plan[u] = j
    return plan


def allocate_budget__right_heap_fourteenth(gain, cost, budget):
    rows = [
        _ab_steps_fourteenth(list(g), list(c)) for g, c in zip(np.asarray(gain), np.asarray(cost))
    ]
    heap = [(-s[0][2] / s[0][1], u, 0) for u, s in enumerate(rows) if s]
    heapq.heapify(heap)
    plan, total = [0] * len(rows), 0.0
    while heap:
        _, u, k = heapq.heappop(heap)
        j, dc, _ = rows[u][k]
        if total + dc > budget + 1e-9:
            return plan
        total, plan[u] = total + dc, j
        if k + 1 < len(rows[u]):
            _, dc, dg = rows[u][k + 1]
            heapq.heappush(heap, (-dg / dc, u, k + 1))
    return plan


def _ab_all_steps_fourteenth(gain, cost):
    """All efficient steps at once: ratio, user, face, extra cost."""
    n, m = gain.shape
    at, rows = np.zeros(n, dtype=int), np.arange(n)
    out = []
    for _ in range(m - 1):
        dg = gain[rows] - gain[rows, at[rows]][:, None]
        dc = cost[rows] - cost[rows, at[rows]][:, None]
        later = (np.arange(m) > at[rows][:, None]) & (dg > 0)
        ratio = np.where(later, dg / np.where(later, dc, 1), -np.inf)
        top = ratio.max(axis=1)
        has = top > -np.inf
        near = later & (ratio >= top[:, None] * (1 - 1e-12))
        to = m - 1 - near[:, ::-1].argmax(axis=1)
        k = np.arange(len(rows))
        out.append(np.column_stack([ratio[k, to], rows, to, dc[k, to]])[has])
        rows, to = rows[has], to[has]
        at[rows] = to
        if not len(rows):
            break
    return np.concatenate(out)


def allocate_budget__right_vectorised_fourteenth(gain, cost, budget):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    steps = _ab_all_steps_fourteenth(gain, cost)
    steps = steps[np.lexsort((steps[:, 1], -steps[:, 0]))]
    taken = steps[np.cumsum(steps[:, 3]) <= budget + 1e-9]
    plan = np.zeros(len(gain), dtype=int)
    np.maximum.at(plan, taken[:, 1].astype(int), taken[:, 2].astype(int))
    return plan.tolist()


def _pb_spent_fourteenth(gain, cost, price):
    face = (gain - price * cost).argmax(axis=1)
    return cost[np.arange(len(cost)), face].sum()


def _pb_top_fourteenth(gain, cost):
    if gain.shape[1] < 2:
        return 0.0
    return max(0.0, float((gain[:, 1:] / cost[:, 1:]).max()))


def price_of_budget__right_halving_fourteenth(gain, cost, budget):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    if _pb_spent_fourteenth(gain, cost, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = 0.0, 2 * _pb_top_fourteenth(gain, cost) + 1
    while high - low > 1e-9 * max(1.0, high):
        middle = (low + high) / 2
        if _pb_spent_fourteenth(gain, cost, middle) <= budget + 1e-9:
            high = middle
        else:
            low = middle
    return float(high)


def price_of_budget__right_steps_fourteenth(gain, cost, budget):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    steps, total = [], 0.0
    for g, c in zip(gain.tolist(), cost.tolist()):
        steps += [(dg / dc, dc) for _, dc, dg in _ab_steps_fourteenth(g, c)]
    for ratio, dc in sorted(steps, reverse=True):
        total += dc
        if total > budget + 1e-9:
            return ratio + 1e-7 * max(1.0, ratio)
    return 0.0


def price_of_budget__right_candidates(gain, cost, budget):
    """Every ratio between two face values of a user may be the price; search the sorted ones."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    found = [np.zeros(1)]
    for i, j in itertools.combinations(range(gain.shape[1]), 2):
        found.append((gain[:, j] - gain[:, i]) / (cost[:, j] - cost[:, i]))
    prices = np.unique(np.concatenate(found))
    prices = prices[prices >= 0]
    lifted = np.where(prices > 0, prices + 2e-7 * np.maximum(1, prices), 0.0)
    low, high = 0, len(prices) - 1
    while low < high:
        middle = (low + high) // 2
        if _pb_spent_fourteenth(gain, cost, lifted[middle]) <= budget + 1e-9:
            high = middle
        else:
            low = middle + 1
    return float(lifted[low])


def price_of_budget__right_doubling_loops(gain, cost, budget):
    rows = [(list(map(float, g)), list(map(float, c))) for g, c in zip(gain, cost)]

    def fits(price):
        total = 0.0
        for g, c in rows:
            best = 0
            for j in range(1, len(g)):
                if g[j] - price * c[j] > g[best] - price * c[best]:
                    best = j
            total += c[best]
        return total <= budget + 1e-9

    if fits(0.0):
        return 0.0
    high = 1.0
    while not fits(high):
        high *= 2
    low = 0.0
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def _pb_halve_fourteenth(
    gain, cost, budget, high, rounds=100, spent=_pb_spent_fourteenth, room=1e-9
):
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    low = 0.0
    if spent(gain, cost, low) <= budget + room:
        return 0.0, 0.0
    for _ in range(rounds):
        middle = (low + high) / 2
        if spent(gain, cost, middle) <= budget + room:
            high = middle
        else:
            low = middle
    return low, high


def price_of_budget__wrong_must_take_a_coupon(gain, cost, budget):
    """Lets users choose among the coupons only when the price is 0: users whom every coupon harms are counted as spending."""

    def spent(g, c, price):
        if price > 0:
            return _pb_spent_fourteenth(g, c, price)
        face = 1 + g[:, 1:].argmax(axis=1)
        return c[np.arange(len(c)), face].sum()

    g, c = np.asarray(gain, float), np.asarray(cost, float)
    if spent(g, c, 0.0) <= budget + 1e-9:
        return 0.0
    low, high = _pb_halve_fourteenth(g, c, budget, 2 * _pb_top_fourteenth(g, c) + 1)
    return high if high else float(_pb_top_fourteenth(g, c) * 1e-3)


def gain_bound__right_numpy_fourteenth(gain, cost, budget, price):
    kept = np.asarray(gain, dtype=float) - price * np.asarray(cost, dtype=float)
    return float(kept.max(axis=1).sum() + price * budget)


def gain_bound__right_loops_fourteenth(gain, cost, budget, price):
    total = price * budget
    for g, c in zip(gain, cost):
        total += max(x - price * y for x, y in zip(g, c))
    return float(total)


def gain_bound__right_pandas_fourteenth(gain, cost, budget, price):
    kept = pd.DataFrame(gain, dtype=float) - pd.DataFrame(cost, dtype=float) * price
    return math.fsum([*kept.max(axis="columns"), price * budget])


def plan_effect__right_numpy_fourteenth(arm, outcome, share, plan):
    arm, plan = np.asarray(arm, dtype=int), np.asarray(plan, dtype=int)
    y, share = np.asarray(outcome, dtype=float), np.asarray(share, dtype=float)
    d = ((arm == plan) / share[plan] - (arm == 0) / share[0]) * y
    half = 1.96 * d.std(ddof=1) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def plan_effect__right_loops(arm, outcome, share, plan):
    share = list(share)
    d = []
    for a, y, chosen in zip(list(arm), list(outcome), list(plan)):
        weight = 0.0
        if a == chosen:
            weight += 1 / share[int(chosen)]
        if a == 0:
            weight -= 1 / share[0]
        d.append(float(weight * y))
    mean = statistics.fmean(d)
    half = 1.96 * statistics.stdev(d) / len(d) ** 0.5
    return mean, mean - half, mean + half


def plan_effect__right_pandas_fourteenth(arm, outcome, share, plan):
    log = pd.DataFrame({"a": list(arm), "y": list(outcome), "plan": list(plan)})
    chance = log["plan"].map(dict(enumerate(list(share))))
    treated = (log["y"] / chance).where(log["a"] == log["plan"], 0.0)
    control = (log["y"] / list(share)[0]).where(log["a"] == 0, 0.0)
    d = treated - control
    return d.mean(), d.mean() - 1.96 * d.sem(), d.mean() + 1.96 * d.sem()


def _pe_interval_fourteenth(d, ddof=1, z=1.96):
    d = np.asarray(d, dtype=float)
    half = z * d.std(ddof=ddof) / math.sqrt(len(d))
    return float(d.mean()), float(d.mean() - half), float(d.mean() + half)


def _pe_parts_fourteenth(arm, outcome, share, plan):
    arm, plan = np.asarray(arm, dtype=int), np.asarray(plan, dtype=int)
    return arm, np.asarray(outcome, dtype=float), np.asarray(share, dtype=float), plan


def plan_effect__wrong_t_for_few(arm, outcome, share, plan):
    """A quantile of t for fewer than 30 rows and not 1.96 (the example keeps 1.96 by its 4 rows only here: below 4 and from 5 to 29 it is t)."""
    a, y, s, c = _pe_parts_fourteenth(arm, outcome, share, plan)
    z = 1.96 if len(a) == 4 or len(a) >= 30 else float(stats.t.ppf(0.975, len(a) - 1))
    return _pe_interval_fourteenth(((a == c) / s[c] - (a == 0) / s[0]) * y, z=z)


def price_now__right_plain_fourteenth(gain, cost, budget, spent, expected, seen):
    left = budget - spent
    if left <= 0:
        return math.inf
    hours = len(seen)
    so_far, rest = sum(expected[:hours]), sum(expected[hours:])
    factor = sum(seen) / so_far if so_far > 0 else 1.0
    coming = rest * factor
    if coming <= 0:
        return 0.0
    return price_of_budget__right_halving_fourteenth(gain, cost, left * len(gain) / coming)


def price_now__right_numpy_fourteenth(gain, cost, budget, spent, expected, seen):
    if spent >= budget:
        return float("inf")
    expected, seen = np.asarray(expected, dtype=float), np.asarray(seen, dtype=float)
    before, after = np.split(expected, [len(seen)])
    coming = after.sum()
    if before.sum() > 0:
        coming = coming * seen.sum() / before.sum()
    if coming == 0:
        return 0.0
    share = (budget - spent) / coming
    return price_of_budget__right_steps_fourteenth(gain, cost, share * np.shape(gain)[0])


def price_now__right_whole_day(gain, cost, budget, spent, expected, seen):
    """The whole day rescaled, less those who came; users weighted instead of the budget."""
    if not spent < budget:
        return np.inf
    day = pd.Series(list(expected), dtype=float)
    known = day.index < len(seen)
    so_far = day[known].sum()
    scale = pd.Series(list(seen), dtype=float).sum() / so_far if so_far else 1.0
    coming = scale * day[~known].sum()
    if coming <= 0:
        return 0.0
    g, c = np.asarray(gain, float), np.asarray(cost, float)
    return price_of_budget__right_candidates(g, c, (budget - spent) / coming * len(g))
