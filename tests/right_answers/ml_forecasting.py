"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import math
from fractions import Fraction

import numpy as np
import pandas as pd


def break_blend__random(defect):
    return [94, 62, 68, 89, 57, 77, 83, 22, 5, 30], 3, 3


def break_blend__tuple(defect):
    return (85, 63, 51, 26, 30, 4, 7, 1, 17), 2, 3


def break_blend__numpy_numbers(defect):
    return list(np.array([58, 42, 35, 92, 37, 27, 87, 6, 44, 31, 2, 71])), np.int64(5), 3


def origin_features__loop(y, o, h):
    target = o + h - 1
    same = max(day for day in range(o) if day % 7 == target % 7)
    lags = [y[o - 1 - k] for k in range(7)]
    return [
        *lags,
        y[same],
        sum(float(day) for day in y[o - 28 : o]) / 28,
        *[int(target % 7 == day) for day in range(7)],
    ]


def origin_features__pandas(y, o, h):
    past = pd.Series(y).iloc[:o]
    target = o + h - 1
    same = past[past.index % 7 == target % 7].iloc[-1]
    mean = past.rolling(28).mean().iloc[-1]
    weekday = pd.get_dummies(pd.Categorical([target % 7], categories=range(7))).to_numpy()[0]
    return np.r_[past.iloc[:-8:-1], same, mean, weekday.astype(float)]


def origin_features__weeks_back(y, o, h):
    target = o + h - 1
    weeks = math.ceil(h / 7)
    features = np.zeros(16)
    for lag in range(1, 8):
        features[lag - 1] = y[o - lag]
    features[7] = y[target - 7 * weeks]
    features[8] = np.average(y[o - 28 : o])
    features[9 + target % 7] = 1
    return features


def kill_features__asserts(fn):
    rng = np.random.default_rng(1)
    y = rng.normal(100, 20, 80)
    for o, h in [(30, 1), (33, 2), (45, 6), (46, 10), (47, 17)]:
        features = fn(y, o, h)
        assert list(features[:7]) == [y[o - lag] for lag in range(1, 8)]
        days = [day for day in range(o) if (day - (o + h - 1)) % 7 == 0]
        assert features[7] == y[days[-1]]
        assert abs(features[8] - y[o - 28 : o].mean()) < 1e-9
        assert list(features[9:]).index(1) == (o + h - 1) % 7
        assert sum(features[9:]) == 1
    return True


def direct_forecast__table(make_model, y, o, H):
    past = pd.Series(np.asarray(y, dtype=float)[:o])
    forecast = []
    for h in range(1, H + 1):
        rows = {p: origin_features__loop(past.to_numpy(), p, h) for p in range(28, o + 1)}
        table = pd.DataFrame(rows).T
        targets = past.shift(1 - h).reindex(table.index)
        learned = targets.notna() & (table.index < o)
        model = make_model().fit(table[learned], targets[learned])
        forecast.append(model.predict(table.loc[[o]])[0])
    return forecast


def direct_forecast__backwards(make_model, y, o, H):
    forecast = np.zeros(H)
    for h in range(H, 0, -1):
        rows, targets = [], []
        for target in range(o - 1, 28 + h - 2, -1):
            rows.append(list(origin_features__weeks_back(y, target - h + 1, h)))
            targets.append(y[target])
        model = make_model()
        model.fit(rows, targets)
        forecast[h - 1] = model.predict([list(origin_features__weeks_back(y, o, h))])[0]
    return forecast


def order_departments__profile(history, horizon, cu, co):
    def forecast(past):
        weeks = past[-112:].reshape(16, 7, -1)
        profile = (weeks / weeks.mean(axis=1, keepdims=True)).mean(axis=0)
        return np.resize(profile * past[-28:].mean(axis=0), (horizon, past.shape[1]))

    history = np.array(history)
    past = range(112, len(history) - horizon + 1)
    ratios = np.concatenate([history[o : o + horizon] / forecast(history[:o]) for o in past])
    shares = np.asarray(cu) / (np.asarray(cu) + np.asarray(co))
    return forecast(history) * [np.quantile(r, s) for r, s in zip(ratios.T, shares, strict=True)]


def kill_features__truncated(fn):
    y = np.random.default_rng(2).normal(0, 1, 70)
    for h in range(1, 20):
        for days in (y[:43], y):
            if not np.allclose(fn(days, 43, h), origin_features__weeks_back(y, 43, h)):
                return False
    return True


def pooled_forecast__pandas(make_model, Y, o, H):
    logs = pd.DataFrame(np.log(np.array(Y, dtype=float)[:o]))
    # The mean of eight same weekdays up to each day: known from the next morning on.
    base = sum(logs.shift(7 * week) for week in range(8)) / 8
    tables = []
    for h in range(1, H + 1):
        back = 6 - (h - 1) % 7  # days before the origin's eve that have the target's weekday
        # Seen from the morning after day t, the base of day t - lag is that of its weekday.
        inputs = [(logs - base).shift(lag).stack() for lag in range(7)]
        target = (logs.shift(-h) - base.shift(back)).stack(future_stack=True)
        table = pd.concat(inputs, axis=1)
        table[7] = float(h)
        tables.append(table.assign(t=target.reindex(table.index)))
    rows = pd.concat(tables).rename(columns=str)
    last = rows.index.get_level_values(0) == o - 1
    train = rows.dropna()
    model = make_model()
    model.fit(train.drop(columns="t").to_numpy(), train["t"].to_numpy())
    ahead = rows[last].drop(columns="t").to_numpy()
    said = np.asarray(model.predict(ahead)).reshape(H, -1)
    known = base.to_numpy()[-7:]
    return np.exp(said + known[np.arange(H) % 7])


def pooled_forecast__loops(make_model, Y, o, H):
    n_series = len(Y[0])

    def base(j, p, day):
        same = [t for t in range(p) if (t - day) % 7 == 0][-8:]
        return float(np.mean([math.log(Y[t][j]) for t in same]))

    def inputs(j, p, h):
        days = range(p - 1, p - 8, -1)
        return [math.log(Y[t][j]) - base(j, p, t) for t in days] + [h]

    X, t = [], []
    for j in range(n_series):
        for target in range(56, o):
            for h in range(1, H + 1):
                p = target - h + 1
                if p >= 56:
                    X.append(inputs(j, p, h))
                    t.append(math.log(Y[target][j]) - base(j, p, target))
    model = make_model().fit(np.array(X), np.array(t))
    forecast = np.zeros((H, n_series))
    for h in range(1, H + 1):
        for j in range(n_series):
            (said,) = model.predict(np.array([inputs(j, o, h)]))
            forecast[h - 1, j] = math.exp(said + base(j, o, o + h - 1))
    return forecast.tolist()


def inverse_mse_weights__pandas(preds, y_val):
    errors = pd.DataFrame(preds).sub(pd.Series(y_val), axis=0).dropna()
    scale = errors.abs().max().replace(0, np.nan).min()
    mse = ((errors / (1 if np.isnan(scale) else scale)) ** 2).mean()
    if (errors == 0).all().any():
        perfect = (errors == 0).all()
        return (perfect / perfect.sum()).to_dict()
    return ((1 / mse) / (1 / mse).sum()).to_dict()


def inverse_mse_weights__logarithms(preds, y_val):
    opened = [i for i, day in enumerate(y_val) if not math.isnan(day)]
    total = {name: sum((f[i] - y_val[i]) ** 2 for i in opened) for name, f in preds.items()}
    perfect = [name for name in total if total[name] == 0]
    if perfect:
        return {name: 1 / len(perfect) if name in perfect else 0 for name in total}
    logs = {name: -math.log(error) for name, error in total.items()}
    most = max(logs.values())
    scale = sum(math.exp(log - most) for log in logs.values())
    return {name: math.exp(log - most) / scale for name, log in reversed(logs.items())}


def pinball_loss__loop(y, f, q):
    losses = [[] for _ in q]
    for truth, said in zip(y, f, strict=True):
        if not math.isnan(truth):
            for j, level in enumerate(q):
                gap = float(truth) - float(said[j])
                losses[j].append(max(level * gap, (level - 1) * gap))
    return [sum(each) / len(each) if each else math.nan for each in losses]


def pinball_loss__masked(y, f, q):
    y = np.ma.masked_invalid(np.asarray(y, dtype=float))[:, None]
    gap = y - np.where(y.mask, 0.0, np.asarray(f, dtype=float))
    return np.ma.filled((gap * (q - (gap < 0))).mean(axis=0).astype(float), np.nan)


def conformal_interval__fractions(y_past, f_past, f_new, level):
    scores = sorted(abs(a - b) / b for a, b in zip(y_past, f_past, strict=True) if a == a)
    promised = Fraction(str(round(float(level), 12)))
    radius = math.inf
    for rank, score in reversed(list(enumerate(scores, start=1))):
        if Fraction(rank, len(scores) + 1) >= promised:
            radius = score
    return [[max(0.0, f * (1 - radius)), f * (1 + radius)] for f in f_new]


def conformal_interval__partition(y_past, f_past, f_new, level):
    frame = pd.DataFrame({"y": y_past, "f": f_past}).dropna(subset="y")
    scores = (frame["y"] / frame["f"] - 1).abs().sort_values(ignore_index=True)
    scores.loc[len(scores)] = np.inf
    rank = math.ceil(round(len(scores) * level, 9))
    radius = scores.iloc[rank - 1]
    return np.column_stack([np.clip(f_new - radius * f_new, 0, None), f_new + radius * f_new])


def order_quantity__fractions(samples, cu, co):
    cu, co = Fraction(str(cu)), Fraction(str(co))
    ordered = sorted(float(each) for each in samples)
    for covered, order in enumerate(ordered, start=1):
        if covered * (cu + co) >= cu * len(ordered):
            return order
    return None


def order_quantity__least_cost(samples, cu, co):
    samples = [float(each) for each in samples]

    def cost(order):
        return sum(cu * max(day - order, 0) + co * max(order - day, 0) for day in samples)

    costs = {order: cost(order) for order in sorted(samples, reverse=True)}
    least = min(costs.values())
    return min(order for order, value in costs.items() if value <= least * (1 + 1e-11) + 1e-11)


def order_departments__smoothing(history, horizon, cu, co):
    """Exponential smoothing of logs, and quantiles of what it missed in two weeks."""
    logs = np.log(np.asarray(history, dtype=float))
    level = logs[:28].mean(axis=0)
    season = logs[:28].reshape(4, 7, -1).mean(axis=0) - level
    missed = []
    for t in range(28, len(logs)):
        if 70 <= t <= len(logs) - horizon:
            ahead = level + season[(t + np.arange(horizon)) % 7]
            missed.append(logs[t : t + horizon] - ahead)
        error = logs[t] - level - season[t % 7]
        level, season[t % 7] = level + 0.1 * error, season[t % 7] + 0.15 * error
    missed = np.concatenate(missed)
    centre = level + season[(len(logs) + np.arange(horizon)) % 7]
    shares = np.asarray(cu) / (np.asarray(cu) + np.asarray(co))
    return np.exp(centre + [np.quantile(m, q) for m, q in zip(missed.T, shares, strict=True)])
