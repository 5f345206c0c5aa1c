"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import math

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.linear_model import LinearRegression
from sklearn.tree import DecisionTreeRegressor


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
    return [*lags, y[same], sum(y[o - 28 : o]) / 28, *[int(target % 7 == day) for day in range(7)]]


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
    for o, h in [(30, 1), (33, 2), (45, 6), (46, 10)]:
        features = fn(y, o, h)
        assert list(features[:7]) == [y[o - lag] for lag in range(1, 8)]
        days = [day for day in range(o) if (day - (o + h - 1)) % 7 == 0]
        assert features[7] == y[days[-1]]
        assert abs(features[8] - y[o - 28 : o].mean()) < 1e-9
        assert list(features[9:]).index(1) == (o + h - 1) % 7
        assert sum(features[9:]) == 1
    return True


def kill_features__truncated(fn):
    y = np.random.default_rng(2).normal(0, 1, 50)
    for h in range(1, 16):
        if not np.allclose(fn(y[:43], 43, h), origin_features__weeks_back(y, 43, h)):
            return False
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


def detrended_tree__sklearn(y, o, H):
    days = np.arange(o + H)[:, None]
    line = LinearRegression().fit(days[:o], y[:o])
    left_over = np.asarray(y[:o]) - line.predict(days[:o])

    def make_model():
        return DecisionTreeRegressor(max_depth=3, min_samples_leaf=5, random_state=0)

    rest = direct_forecast__table(make_model, left_over, o, H)
    return [a + b for a, b in zip(line.predict(days[o:]), rest, strict=True)]


def detrended_tree__by_hand(y, o, H):
    t, past = np.arange(o), np.array(y[:o], dtype=float)
    slope = ((t - t.mean()) * (past - past.mean())).sum() / ((t - t.mean()) ** 2).sum()

    def line(day):
        return past.mean() + slope * (day - t.mean())

    rest = direct_forecast__backwards(
        lambda: DecisionTreeRegressor(random_state=0, min_samples_leaf=5, max_depth=3),
        past - line(t),
        o,
        H,
    )
    return rest + line(np.arange(o, o + H))


def inverse_mse_weights__pandas(preds, y_val):
    errors = pd.DataFrame(preds).sub(pd.Series(y_val), axis=0).dropna()
    mse = (errors**2).mean()
    if (mse == 0).any():
        return ((mse == 0) / (mse == 0).sum()).to_dict()
    return ((1 / mse) / (1 / mse).sum()).to_dict()


def inverse_mse_weights__loop(preds, y_val):
    opened = [i for i, day in enumerate(y_val) if not math.isnan(day)]
    total = {name: sum((f[i] - y_val[i]) ** 2 for i in opened) for name, f in preds.items()}
    perfect = [name for name in total if total[name] == 0]
    if perfect:
        return {name: 1 / len(perfect) if name in perfect else 0 for name in total}
    scale = sum(1 / error for error in total.values())
    return {name: 1 / error / scale for name, error in reversed(total.items())}


def order_quantity__numpy(samples, cu, co):
    return np.quantile(samples, cu / (cu + co), method="inverted_cdf")


def order_quantity__least_cost(samples, cu, co):
    def cost(order):
        return sum(cu * max(day - order, 0) + co * max(order - day, 0) for day in samples)

    costs = {float(order): cost(order) for order in sorted(samples, reverse=True)}
    least = min(costs.values())
    return min(order for order, value in costs.items() if value <= least * (1 + 1e-12) + 1e-12)


def order_quantity__share(samples, cu, co):
    for order in sorted(samples):
        if np.mean(np.asarray(samples) <= order) >= cu / (cu + co) - 1e-12:
            return order
    return None


def order_departments__same_weekdays(history, horizon, cu, co):
    weeks = np.asarray(history)[-112:].reshape(16, 7, -1)
    orders = np.zeros((horizon, len(cu)))
    for day in range(horizon):
        for j in range(len(cu)):
            orders[day, j] = order_quantity__numpy(weeks[:, day % 7, j], cu[j], co[j])
    return orders


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


def order_departments__lognormal(history, horizon, cu, co):
    logs = pd.DataFrame(np.log(history))
    forecast = np.log(np.resize(history[-28:].reshape(4, 7, -1).mean(axis=0), (horizon, len(cu))))
    level = logs.rolling(28).mean().shift(1)
    weekday = np.arange(len(logs)) % 7
    profile = (logs - level).groupby(weekday).transform("mean")
    missed = (logs - level - profile).tail(112)
    share = np.asarray(cu) / (np.asarray(cu) + np.asarray(co))
    return np.exp(forecast + stats.norm.ppf(share) * missed.std().to_numpy())
