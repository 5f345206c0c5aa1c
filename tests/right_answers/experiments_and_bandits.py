"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import math
import random
import statistics

import numpy as np
import pandas as pd
from scipy import optimize, stats


def break_memo__one_for_all(defect):
    households = [[1, 90, 120], [1, 40, 0], [0, 10, 25]]
    log = [[2, 1], [2, 1], [2, 0], [7, 1], [7, 0], [2, 0], [2, 1], [2, 0]]
    if defect == "arm_from_whole_log":
        log = [[2, 1], [2, 1], [7, 1], [7, 0], [7, 1], [7, 1], [2, 0], [2, 0]]
    return households, log


def break_memo__by_name(defect):
    plain = [(0, 1), (0, 1)]
    households = ((1, 5, 5), (0, 5, 5))
    return {
        "post_only": (((1, 9, 9), (0, 1, 1)), plain),
        "recipients_only": (((1, 9, 10), (0, 9, 10)), plain),
        "buyers_only": (((1, 9, 9), (0, 9, 0), (0, 5, 5)), plain),
        "arm_by_clicks": (
            households,
            [(3, 1), (3, 1), (3, 0), (1, 1), (1, 0), (1, 0), (3, 0), (3, 0)],
        ),
        "arm_from_whole_log": (households, [(0, 0), (0, 1), (1, 0), (1, 1), (1, 1), (5, 0)]),
        "rate_in_sample": (households, [(0, 0), (0, 1)]),
    }[defect]


def ab_readout__scipy(treated, control):
    result = stats.ttest_ind(treated, control, equal_var=False)
    difference = np.mean(treated) - np.mean(control)
    if np.ptp(treated) == 0 and np.ptp(control) == 0:
        return [difference] * 3
    interval = result.confidence_interval(0.95)
    return difference, interval.low, interval.high


def ab_readout__by_hand(treated, control):
    t, c = list(map(float, treated)), list(map(float, control))
    v, w = statistics.variance(t) / len(t), statistics.variance(c) / len(c)
    difference = statistics.fmean(t) - statistics.fmean(c)
    if v == w == 0:
        return np.array([difference, difference, difference])
    df = (v + w) ** 2 / (v * v / (len(t) - 1) + w * w / (len(c) - 1))
    low, high = stats.t.interval(0.95, df, loc=difference, scale=math.sqrt(v + w))
    return np.array([difference, low, high])


def cuped__least_squares(y, x, t):
    y, x = np.array(y, dtype=float), np.array(x, dtype=float)
    slope = 0.0
    if len(set(x.tolist())) > 1:
        slope = np.linalg.lstsq(np.column_stack([np.ones(len(x)), x]), y, rcond=None)[0][1]
    rest = y - slope * x
    arms = [rest[np.asarray(t) == arm] for arm in (1, 0)]
    return ab_readout__by_hand(*arms)


def cuped__plain_python(y, x, t):
    y, x = [float(v) for v in y], [float(v) for v in x]
    mean_x, mean_y = statistics.fmean(x), statistics.fmean(y)
    theta = 0.0
    if max(x) > min(x):
        theta = sum((a - mean_x) * (b - mean_y) for a, b in zip(x, y, strict=True)) / sum(
            (a - mean_x) ** 2 for a in x
        )
    arms = {0: [], 1: []}
    for a, b, flag in zip(x, y, t, strict=True):
        arms[int(flag)].append(b - theta * (a - mean_x))
    return ab_readout__by_hand(arms[1], arms[0])


def first_crossing__loop(z, c):
    for look, value in enumerate(z, start=1):
        if float(value) ** 2 * look > c**2 * len(z) * (1 + 1e-9):
            return look
    return 0


def first_crossing__where(z, c):
    k = np.arange(1, len(z) + 1)
    found = np.where(np.abs(z) - c * np.sqrt(len(z) / k) > 1e-9)[0]
    return np.int64(found[0] + 1) if found.size else 0


def ratio_interval__delta_with_covariance(revenue, orders):
    u, d = np.array(revenue, dtype=float), np.array(orders, dtype=float)
    if not d.any():
        return [math.nan] * 3
    r, cov = u.mean() / d.mean(), np.cov(u, d)
    variance = (cov[0, 0] - 2 * r * cov[0, 1] + r**2 * cov[1, 1]) / d.mean() ** 2 / len(d)
    half = 1.96 * np.sqrt(max(variance, 0.0))
    return np.array([r, r - half, r + half])


def ratio_interval__plain_python(revenue, orders):
    u, d = [float(x) for x in revenue], [int(x) for x in orders]
    if sum(d) == 0:
        return float("nan"), float("nan"), float("nan")
    r = math.fsum(u) / sum(d)
    rest = [a - r * b for a, b in zip(u, d, strict=True)]
    half = 1.96 * statistics.stdev(rest) * math.sqrt(len(d)) / sum(d)
    return r, r - half, r + half


def t_learner_uplift__loop(X, t, y, Xnew, make=None):
    from sklearn.linear_model import LinearRegression

    make = make or LinearRegression
    predictions = []
    for arm in (1, 0):
        rows = [i for i, flag in enumerate(t) if flag == arm]
        if not rows:
            return [float("nan")] * len(Xnew)
        model = make()
        model.fit([list(X[i]) for i in rows], [y[i] for i in rows])
        predictions.append(model.predict([list(x) for x in Xnew]))
    return [float(a) - float(b) for a, b in zip(*predictions, strict=True)]


def t_learner_uplift__one_object_in_turn(X, t, y, Xnew, make=None):
    from sklearn.linear_model import LinearRegression

    t = np.asarray(t, dtype=bool)
    if len(set(t.tolist())) < 2:
        return np.array([np.nan] * len(Xnew))
    model = (make or LinearRegression)()
    model.fit(X[t], y[t])
    treated = np.array(model.predict(Xnew), copy=True)
    model.fit(X[~t], y[~t])
    return pd.Series(treated - model.predict(Xnew))


def uplift_at_k__pandas(y, t, score, frac):
    table = pd.DataFrame({"y": y, "t": t})
    order = pd.Series(score).rank(method="first", ascending=False)
    means = table[order <= int(round(frac * len(table), 9))].groupby("t")["y"].mean()
    return means.get(1, float("nan")) - means.get(0, float("nan"))


def uplift_at_k__loop(y, t, score, frac):
    rows = sorted(zip(score, range(len(y)), strict=True), key=lambda row: (-row[0], row[1]))
    top = [i for _, i in rows[: int(frac * len(y) + 1e-9)]]
    arms = [[float(y[i]) for i in top if t[i] == arm] for arm in (1, 0)]
    if not all(arms):
        return math.nan
    return statistics.fmean(arms[0]) - statistics.fmean(arms[1])


def uplift_at_k__lexsort(y, t, score, frac):
    y, t, score = np.asarray(y, float), np.asarray(t, bool), np.asarray(score)
    top = np.lexsort((np.arange(len(y)), -score))[: math.floor(round(frac * len(y), 8))]
    n = np.array([t[top].sum(), (~t[top]).sum()])
    if not n.all():
        return np.nan
    return np.dot(y[top], np.where(t[top], 1 / n[0], -1 / n[1]))


def kill_uplift__by_hand(fn):
    # Chosen: rows 1, 3 and 0 of the list; treated 5 and 1, untreated 2.
    y, t, score = [1, 5, 9, 2, 7, 0], [1, 1, 0, 0, 1, 0], [3, 9, 3, 4, -1, -3]
    if abs(fn(y, t, score, 0.5) - 1.0) > 1e-6:
        return False
    if abs(fn(y, t, score, 0.6) - 1.0) > 1e-6 or abs(fn(y, t, score, 0.65) - 1.0) > 1e-6:
        return False
    if abs(fn(y, t, score, 1.0) - (13 / 3 - 11 / 3)) > 1e-6:
        return False
    return bool(np.isnan(fn(y, [1] * 6, score, 0.5)))


def kill_uplift__random(fn):
    rng = random.Random(3)
    for trial in range(30):
        n = 20
        y = [rng.randint(0, 5) for _ in range(n)]
        t = [int(rng.random() < 0.6) for _ in range(n)]
        score = [float(rng.randint(-2, 4)) for _ in range(n)]
        frac = rng.choice([0.1, 0.23, 0.48, 1.0]) if trial else 0.05
        right = uplift_at_k__loop(y, t, score, frac)
        mine = fn(y, t, score, frac)
        if np.isnan(right) != np.isnan(mine) or abs(right - mine) > 1e-8:
            return False
    return True


def ips_snips_ess__loop(r, pi_e, pi_b):
    weights = [float(e) / float(b) for e, b in zip(pi_e, pi_b, strict=True)]
    earned = math.fsum(w * float(x) for w, x in zip(weights, r, strict=True))
    total = math.fsum(weights)
    if total == 0:
        return [0, float("nan"), 0]
    return [earned / len(weights), earned / total, total**2 / math.fsum(w * w for w in weights)]


def ips_snips_ess__numpy(r, pi_e, pi_b):
    w = np.divide(pi_e, pi_b)
    if w.sum() == 0:
        return np.array([0.0, np.nan, 0.0])
    share = w / w.sum()
    return np.array([np.mean(w * r), share @ np.asarray(r), 1 / (share @ share)])


def thompson_step__loop(successes, trials, rng):
    rng = np.random.default_rng(rng)
    drawn = [rng.beta(s + 1, n - s + 1) for s, n in zip(successes, trials, strict=True)]
    return drawn.index(max(drawn))


def thompson_step__two_gammas(successes, trials, rng):
    rng = np.random.default_rng(rng)
    s = np.array(successes)
    wins, losses = rng.gamma(s + 1.0), rng.gamma(np.array(trials) - s + 1.0)
    return np.argmax(wins / (wins + losses))


def coupon_policy__policy_iteration(wait, send, gamma):
    m = len(wait)
    down, up = [max(f - 1, 0) for f in range(m)], [min(f + 1, m - 1) for f in range(m)]
    actions = [0] * m
    while True:
        P, r = np.zeros((m, m)), np.zeros(m)
        for f, a in enumerate(actions):
            P[f, up[f] if a else down[f]], r[f] = 1, (send if a else wait)[f]
        v = np.linalg.solve(np.eye(m) - gamma * P, r)
        better = [
            int(send[f] + gamma * v[up[f]] > wait[f] + gamma * v[down[f]] + 1e-9) for f in range(m)
        ]
        if better == actions:
            return v, np.array(actions)
        actions = better


def coupon_policy__linear_programme(wait, send, gamma):
    m = len(wait)
    rows, limits = [], []
    for rewards, step in ((wait, -1), (send, 1)):
        for f in range(m):
            row = [0.0] * m
            row[f] -= 1
            row[min(max(f + step, 0), m - 1)] += gamma
            rows.append(row)
            limits.append(-rewards[f])
    v = optimize.linprog([1] * m, A_ub=rows, b_ub=limits, bounds=(None, None)).x
    gain = [
        send[f] + gamma * v[min(f + 1, m - 1)] - wait[f] - gamma * v[max(f - 1, 0)]
        for f in range(m)
    ]
    return list(v), [int(g > 1e-6) for g in gain]


def coupon_policy__many_sweeps(wait, send, gamma):
    values = dict.fromkeys(range(len(wait)), 0.0)
    last = len(wait) - 1
    for _ in range(2500):
        both = {
            f: (
                wait[f] + gamma * values[max(f - 1, 0)],
                send[f] + gamma * values[min(f + 1, last)],
            )
            for f in values
        }
        values = {f: max(pair) for f, pair in both.items()}
    return tuple(values.values()), tuple(int(s - w > 1e-6) for w, s in both.values())
