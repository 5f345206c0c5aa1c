"""Right answers on coupons under one budget, written differently from the reference."""

import heapq
import itertools
import math
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import optimize
from sklearn.isotonic import IsotonicRegression

from solutions.budget_allocation import reference

# ---- break_budget ---------------------------------------------------------------------------


def break_budget__arrays(defect):
    p, order_value, budget = reference.break_budget(defect)
    return [np.array(p), np.array(order_value), np.float64(budget)]


def break_budget__other_users(defect):
    if defect == "never_upgraded":
        return ([0.1, 0.3, 0.8], [0.1, 0.4, 0.5]), (20.0, 50.0), 8
    if defect == "steps_between_neighbours":
        return ([0.2, 0.8, 0.8], [0.3, 0.31, 0.8], [0.5, 0.5, 0.5]), (10, 50, 9), 8.5
    return ([0.6, 0.7, 0.8], [0.05, 0.2, 0.3]), (12, 12), 2.5


# ---- gain_and_cost --------------------------------------------------------------------------


def gain_and_cost__loops(p, order_value, faces):
    gain, cost = [], []
    for chances, value in zip(p, order_value, strict=True):
        gain.append([float((chance - chances[0]) * value) for chance in chances])
        cost.append([float(face * chance) for face, chance in zip(faces, chances, strict=True)])
    return gain, cost


def gain_and_cost__frames(p, order_value, faces):
    table = pd.DataFrame(np.asarray(p, dtype=float))
    sales = table.mul(pd.Series(order_value, dtype=float), axis=0)
    return [
        sales.sub(sales[0], axis=0).to_numpy(),
        np.einsum("uj,j->uj", table.to_numpy(), np.array(faces, dtype=float)),
    ]


# ---- monotone_response ----------------------------------------------------------------------


def monotone_response__scikit_learn(rate, n):
    if len(rate) == 0:
        return []
    return IsotonicRegression().fit_transform(np.arange(len(rate)), rate, sample_weight=n)


def monotone_response__largest_of_smallest_means(rate, n):
    rate, n = np.asarray(rate, dtype=float), np.asarray(n, dtype=float)
    size = len(rate)
    return [
        max(
            min(np.average(rate[i : j + 1], weights=n[i : j + 1]) for j in range(k, size))
            for i in range(k + 1)
        )
        for k in range(size)
    ]


def monotone_response__until_nothing_falls(rate, n):
    pools = [[float(r), float(w), 1] for r, w in zip(rate, n, strict=True)]
    k = 0
    while k + 1 < len(pools):
        (a, v, length), (b, w, more) = pools[k : k + 2]
        if a > b:
            pools[k : k + 2] = [[(a * v + b * w) / (v + w), v + w, length + more]]
            k = max(0, k - 1)
        else:
            k += 1
    return [mean for mean, _, length in pools for _ in range(length)]


# ---- efficient_steps ------------------------------------------------------------------------


def efficient_steps__from_the_left(gain, cost):
    """The upper hull by a stack, cut where it no longer rises."""
    hull = [0]
    for j in range(1, len(gain)):
        while len(hull) > 1:
            a, b = hull[-2:]
            left = Fraction(gain[b] - gain[a]) / Fraction(cost[b] - cost[a])
            right = Fraction(gain[j] - gain[b]) / Fraction(cost[j] - cost[b])
            if left > right * (1 + Fraction(1, 10**12)):
                break
            hull.pop()
        hull.append(j)
    return [
        (b, float(cost[b] - cost[a]), float(gain[b] - gain[a]))
        for a, b in itertools.pairwise(hull)
        if gain[b] > gain[a]
    ]


def efficient_steps__recursion(gain, cost, at=0):
    better = [j for j in range(at + 1, len(gain)) if gain[j] > gain[at]]
    if not better:
        return []
    ratio = {j: (gain[j] - gain[at]) / (cost[j] - cost[at]) for j in better}
    to = max(j for j in better if math.isclose(ratio[j], max(ratio.values()), rel_tol=1e-12))
    return [
        [to, cost[to] - cost[at], gain[to] - gain[at]],
        *efficient_steps__recursion(gain, cost, to),
    ]


# ---- allocate_budget ------------------------------------------------------------------------


def allocate_budget__heap(gain, cost, budget):
    steps = [reference.efficient_steps(g, c) for g, c in zip(gain, cost, strict=True)]
    waiting = [(-row[0][2] / row[0][1], user, 0) for user, row in enumerate(steps) if len(row)]
    heapq.heapify(waiting)
    plan, spent = [0] * len(steps), 0.0
    while waiting:
        _, user, k = heapq.heappop(waiting)
        face, extra, _ = steps[user][k]
        spent += extra
        if spent > budget + 1e-9:
            break
        plan[user] = face
        if k + 1 < len(steps[user]):
            _, extra, more = steps[user][k + 1]
            heapq.heappush(waiting, (-more / extra, user, k + 1))
    return plan


def allocate_budget__table_of_steps(gain, cost, budget):
    rows = [
        (user, k, *step)
        for user, row in enumerate(zip(gain, cost, strict=True))
        for k, step in enumerate(efficient_steps__recursion(*row))
    ]
    steps = pd.DataFrame(rows, columns=["user", "k", "face", "extra", "more"])
    steps["ratio"] = steps["more"] / steps["extra"]
    steps = steps.sort_values(["ratio", "user", "k"], ascending=[False, True, True])
    fits = (steps["extra"].cumsum() <= budget + 1e-9).cummin()
    last = steps[fits].groupby("user")["face"].max()
    return last.reindex(range(len(gain)), fill_value=0).to_numpy(dtype=np.int64)


# ---- price_of_budget ------------------------------------------------------------------------


def price_of_budget__sorted_ratios(gain, cost, budget):
    """The price is the ratio of the first step that does not fit, with all steps of its ratio."""
    steps = [
        (more / extra, extra)
        for row in zip(gain, cost, strict=True)
        for _, extra, more in reference.efficient_steps(*row)
    ]
    spent = 0.0
    for ratio, extra in sorted(steps, reverse=True):
        spent += extra
        if spent > budget + 1e-9:
            return ratio
    return 0.0


def price_of_budget__candidates_tried(gain, cost, budget):
    """Of all ratios of two face values of a user, the smallest at which the money is enough."""
    gain, cost = np.asarray(gain, dtype=float), np.asarray(cost, dtype=float)
    ratios = [0.0]
    for i, j in itertools.combinations(range(gain.shape[1]), 2):
        ratios += ((gain[:, j] - gain[:, i]) / (cost[:, j] - cost[:, i])).tolist()

    def spend(price):
        # A little above the ratio, so that rounding does not decide among equals.
        value = gain - (price + 1e-9 * max(1.0, price)) * cost
        return cost[np.arange(len(cost)), value.argmax(axis=1)].sum()

    return min(r for r in ratios if r >= 0 and spend(r) <= budget + 1e-9)


def price_of_budget__halving_until_close(gain, cost, budget):
    gain, cost = np.array(gain, dtype=float), np.array(cost, dtype=float)

    def too_much(price):
        best = [int(np.argmax(g - price * c)) for g, c in zip(gain, cost, strict=True)]
        return sum(c[j] for c, j in zip(cost, best, strict=True)) > budget + 1e-9

    if not too_much(0):
        return 0
    low, high = 0.0, float((gain[:, 1:] / cost[:, 1:]).max()) + 1
    while high - low > 1e-9:
        middle = low + (high - low) / 2
        low, high = (middle, high) if too_much(middle) else (low, middle)
    return np.float64(high)


# ---- gain_bound -----------------------------------------------------------------------------


def gain_bound__loop(gain, cost, budget, price):
    kept = (
        max(g - price * c for g, c in zip(*row, strict=True))
        for row in zip(gain, cost, strict=True)
    )
    return math.fsum(kept) + price * budget


def gain_bound__frames(gain, cost, budget, price):
    kept = pd.DataFrame(np.asarray(gain)) - price * pd.DataFrame(np.asarray(cost))
    return np.float64(kept.max(axis="columns").sum() + budget * price)


# ---- kill_allocation ------------------------------------------------------------------------


def _promised(fn, gain, cost, budget):
    """By the linear program that the bound solves."""
    plan = [int(j) for j in fn(gain, cost, budget)]
    g, c = np.array(gain, dtype=float), np.array(cost, dtype=float)
    users, faces = g.shape
    one_each = np.kron(np.eye(users), np.ones(faces))
    relaxed = optimize.linprog(
        -g.ravel(), A_ub=[c.ravel()], b_ub=[budget], A_eq=one_each, b_eq=np.ones(users)
    )
    rows = np.arange(users)
    steps = [s for row in zip(gain, cost, strict=True) for s in reference.efficient_steps(*row)]
    least = -relaxed.fun - max((s[2] for s in steps), default=0)
    return c[rows, plan].sum() <= budget + 1e-6 and g[rows, plan].sum() >= least - 1e-6


def kill_allocation__random_users(fn):
    rng = np.random.default_rng(5)
    for n, part in [(40, 0.3), (60, 0.5), (60, 0.8)]:
        cost = np.cumsum(rng.integers(2, 17, (n, 3)) / 8, axis=1)
        gain = np.cumsum(rng.integers(-6, 40, (n, 3)) / 8, axis=1)
        gain[::2, 0] = 0.125
        gain, cost = np.c_[np.zeros(n), gain].tolist(), np.c_[np.zeros(n), cost].tolist()
        budget = part * sum(row[-1] for row in cost) * 0.7
        if not _promised(fn, gain, cost, budget):
            return False
    equal = [[0, 3, 4]] * 30, [[0, 2, 4]] * 30
    return all(bool(_promised(fn, *equal, budget)) for budget in (0, 29, 75, 500))


def kill_allocation__asserts(fn):
    worlds = [
        ([[0, 3, 4]] * 10, [[0, 2, 4]] * 10, 9),
        ([[0, 6 + u, 9 + 2 * u] for u in range(12)], [[0, 2, 4]] * 12, 31),
        ([[0, 1, 10]] * 12 + [[0, 2, 3]] * 12, [[0, 2, 5]] * 24, 26),
        ([[0, 30, 31]] + [[0, 2, 3]] * 22, [[0, 15, 30]] + [[0, 1, 2.5]] * 22, 20),
    ]
    for world in worlds:
        assert _promised(fn, *world)
    return True


# ---- plan_effect ----------------------------------------------------------------------------


def plan_effect__loop(arm, outcome, share, plan):
    d = []
    for a, y, pi in zip(arm, outcome, plan, strict=True):
        value = 0.0
        if a == pi:
            value += float(y) / share[pi]
        if a == 0:
            value -= float(y) / share[0]
        d.append(value)
    n = len(d)
    mean = math.fsum(d) / n
    half = 1.96 * math.sqrt(math.fsum((x - mean) ** 2 for x in d) / (n - 1) / n)
    return mean, mean - half, mean + half


def plan_effect__series(arm, outcome, share, plan):
    log = pd.DataFrame({"arm": list(arm), "y": list(outcome), "plan": list(plan)}).astype(float)
    chance = dict(enumerate(share))
    treated = log["y"].where(log["arm"] == log["plan"], 0.0) / log["plan"].map(chance)
    control = log["y"].where(log["arm"] == 0, 0.0) / chance[0]
    d = treated - control
    return [d.mean(), d.mean() - 1.96 * d.sem(), d.mean() + 1.96 * d.sem()]


# ---- price_now ------------------------------------------------------------------------------


def price_now__plain_sums(gain, cost, budget, spent, expected, seen):
    left, hours = budget - spent, len(seen)
    if left <= 0:
        return float("inf")
    came, hoped = sum(map(float, seen)), sum(map(float, expected[:hours]))
    to_come = sum(map(float, expected[hours:])) * (came / hoped if hoped > 0 else 1)
    if not to_come:
        return 0
    return price_of_budget__sorted_ratios(gain, cost, left / to_come * len(gain))


def price_now__sample_repeated(gain, cost, budget, spent, expected, seen):
    if budget <= spent:
        return np.inf
    forecast, known = np.asarray(expected, dtype=float), np.asarray(seen, dtype=float)
    done = forecast[: len(known)].sum()
    ratio = known.sum() / done if done else 1
    to_come = forecast[len(known) :].sum() * ratio
    if to_come == 0:
        return 0.0
    each = np.asarray(cost, dtype=float) * (to_come / len(gain))
    worth = np.asarray(gain, dtype=float) * (to_come / len(gain))
    return reference.price_of_budget(worth, each, budget - spent)


# ---- allocate_coupons -----------------------------------------------------------------------


def allocate_coupons__list(trial, users, budget):
    return reference.allocate_coupons(trial, users, budget).tolist()


def allocate_coupons__numpy_integers(trial, users, budget):
    return [np.int64(face) for face in reference.allocate_coupons(trial, users, budget)]
