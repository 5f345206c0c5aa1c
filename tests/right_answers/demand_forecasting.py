"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import itertools
import warnings

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from sklearn.linear_model import LinearRegression
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.statespace.sarimax import SARIMAX


def break_backtest__short(defect):
    return (
        ([0, 5, 1, 7, 2, 9, 30, 4, 6, 9], 3, 1)
        if defect == "test_trained_on"
        else (
            [0, 5, 1, 7, 2, 9, 30, 4, 40, 8, 11, 3, 99, 1],
            2,
            3,
        )
    )


def break_backtest__tuple(defect):
    return (9, 4, 4, 1, 9, 3, 5, 7, 0, 9, 4, 9), 2, 3


def make_windows__loop(y, p, h=1):
    rows, targets = [], []
    for first in range(len(y)):
        if first + p + h <= len(y):
            rows.append(list(y[first : first + p]))
            targets.append(y[first + p + h - 1])
    return np.array(rows).reshape(len(rows), p), targets


def make_windows__strided(y, p, h=1):
    if len(y) < p + h:
        return np.empty((0, p)), np.empty(0)
    return np.lib.stride_tricks.sliding_window_view(y[: len(y) - h], p), np.array(y[p + h - 1 :])


def seasonal_naive__resize(y, m, h):
    return np.resize(y[-m:], h)


def seasonal_naive__loop(y, m, h):
    days = list(y)
    for _ in range(h):
        days.append(days[-m])
    return days[len(y) :]


def mase__pandas(y_true, y_pred, y_train, m):
    scale = pd.Series(y_train).diff(m).abs().mean()
    if not scale > 0:
        return np.nan
    return pd.Series(np.asarray(y_true) - np.asarray(y_pred)).abs().mean() / scale


def mase__loop(y_true, y_pred, y_train, m):
    steps = [abs(y_train[i] - y_train[i - m]) for i in range(m, len(y_train))]
    if sum(steps) == 0:
        return float("nan")
    error = sum(abs(a - b) for a, b in zip(y_true, y_pred, strict=True)) / len(y_true)
    return error * len(steps) / sum(steps)


def kill_mase__asserts(fn):
    train = [2.0, 7.0, 1.0, 8.0, 2.0, 8.0, 1.0]
    assert abs(fn(np.array([3.0, 9.0]), np.array([1.0, 9.5]), np.array(train), 3) - 1.25 / 4.25) < 1
    value = fn(np.array([3.0, 9.0]), np.array([1.0, 9.5]), np.array(train), 3)
    expected = 1.25 / np.mean([6.0, 5.0, 7.0, 7.0])
    assert abs(value - expected) < 1e-9
    value = fn(np.array([3.0, 9.0, 0.0]), np.array([1.0, 10.0, 9.0]), np.array(train), 2)
    assert abs(value - 4.0 / np.mean([1.0, 1.0, 1.0, 0.0, 1.0])) < 1e-9
    assert np.isnan(fn(np.zeros(2), np.ones(2), np.full(9, 4.0), 2))
    return True


def kill_mase__random(fn):
    rng = np.random.default_rng(0)
    for m in (1, 2, 7):
        y_true, y_pred, y_train = rng.random(9), rng.random(9), rng.random(30)
        expected = np.abs(y_true - y_pred).mean() / np.abs(y_train[m:] - y_train[:-m]).mean()
        if not np.isclose(fn(y_true, y_pred, y_train, m), expected):
            return False
    return bool(np.isnan(fn(np.zeros(2), np.ones(2), np.tile([1.0, 5.0], 6), 2)))


def difference__loop(y, d=1, m=1):
    days = list(y)
    for _ in range(d):
        days = [days[i] - days[i - m] for i in range(m, len(days))]
    return days


def difference__filter(y, d=1, m=1):
    kernel = np.array([1.0])
    step = np.zeros(m + 1)
    step[0], step[-1] = 1, -1
    for _ in range(d):
        kernel = np.convolve(kernel, step)
    return lfilter(kernel, [1.0], np.asarray(y, dtype=float))[d * m :]


def inverse_difference__by_phase(changes, history, m=1):
    changes, history = np.asarray(changes), np.asarray(history)
    levels = np.empty(len(changes))
    for phase in range(m):
        levels[phase::m] = history[len(history) - m + phase] + np.cumsum(changes[phase::m])
    return levels


def inverse_difference__recursive(changes, history, m=1):
    if len(changes) == 0:
        return []
    day = history[len(history) - m] + changes[0]
    return [day, *inverse_difference__recursive(changes[1:], [*history, day], m)]


def ar_fit__sklearn(y, p):
    rows = np.array([[y[t - lag] for lag in range(1, p + 1)] for t in range(p, len(y))])
    model = LinearRegression().fit(rows, y[p:])
    return np.array([model.intercept_, *model.coef_])


def ar_fit__normal_equations(y, p):
    lags = pd.concat([pd.Series(y, dtype=float).shift(lag) for lag in range(1, p + 1)], axis=1)
    X = np.column_stack([np.ones(len(y) - p), lags.to_numpy()[p:]])
    return np.linalg.solve(X.T @ X, X.T @ np.asarray(y, dtype=float)[p:]).tolist()


def ar_forecast__grown(coef, history, h):
    days = [float(day) for day in history]
    for _ in range(h):
        value = coef[0]
        for lag, weight in enumerate(coef[1:], start=1):
            value += weight * days[-lag]
        days.append(value)
    return days[-h:]


def ar_forecast__matrix(coef, history, h):
    p = len(coef) - 1
    state = np.append(1.0, np.asarray(history, dtype=float)[::-1][:p])
    step = np.zeros((p + 1, p + 1))
    step[0, 0] = 1
    step[1] = coef
    step[2:, 1:p] = np.eye(p - 1)
    forecast = np.empty(h)
    for day in range(h):
        state = step @ state
        forecast[day] = state[1]
    return forecast


def rolling_origin__while(y, fit_predict, start, h, step):
    errors, origin = [], start
    while origin <= len(y) - h:
        forecast = fit_predict(list(y[:origin]), h)
        misses = [abs(a - b) for a, b in zip(y[origin : origin + h], forecast, strict=True)]
        errors.append((origin, sum(misses) / h))
        origin += step
    return errors


def rolling_origin__numpy(y, fit_predict, start, h, step):
    y = np.array(y, dtype=float)
    origins = np.arange(start, len(y) - h + 1, step)
    return [
        [int(o), np.mean(np.abs(np.subtract(y[o : o + h], fit_predict(y[:o].copy(), h))))]
        for o in origins
    ]


def select_arima__whole_grid(y_train, grid):
    z = np.asarray(y_train, dtype=float)
    z = difference__loop(difference__loop(z, grid["d"]), grid["D"], grid["m"])
    trend = "n" if grid["d"] + grid["D"] else "c"
    best, failed = (np.inf, None), []
    for p, q, P, Q in itertools.product(*(range(grid[name] + 1) for name in "pqPQ")):
        order = (p, grid["d"], q, P, grid["D"], Q, grid["m"])
        season = (P, 0, Q, grid["m"])
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                fitted = ARIMA(
                    np.array(z), order=(p, 0, q), seasonal_order=season, trend=trend
                ).fit()
            best = min(best, (float(fitted.aicc), order))
        except Exception:
            failed.append(order)
    return best[1], best[0], failed


def select_arima__uphill_from_the_middle(y_train, grid):
    """To the best of the neighbours in one part until there is none, by another class."""
    z = np.asarray(y_train, dtype=float)
    z = np.array(difference__loop(difference__loop(z, grid["d"]), grid["D"], grid["m"]))
    trend = "n" if grid["d"] + grid["D"] else "c"
    known = {}

    def aicc(part):
        if part not in known:
            p, q, P, Q = part
            season = (P, 0, Q, grid["m"]) if P + Q else (0, 0, 0, 0)
            try:
                with warnings.catch_warnings(action="ignore"):
                    model = SARIMAX(z, order=(p, 0, q), seasonal_order=season, trend=trend)
                    known[part] = float(model.fit(disp=False, maxiter=200).aicc)
            except Exception:
                known[part] = float("nan")
        return known[part] if known[part] < np.inf else np.inf

    def full(part):
        return [part[0], grid["d"], part[1], part[2], grid["D"], part[3], grid["m"]]

    here, there = None, tuple(min(1, grid[name]) for name in "pqPQ")
    while here != there:
        here = there
        for i, step in itertools.product(range(4), (-1, 1)):
            part = tuple(n + step * (i == j) for j, n in enumerate(here))
            if 0 <= part[i] <= grid["pqPQ"[i]]:
                there = min(there, part, key=aicc)
    return full(here), known[here], [full(part) for part in known if not known[part] < np.inf]


def forecast_sales__levels(history, horizon):
    """A level of six weeks times a weekly profile of twenty, with the spread of the residuals."""
    history = np.asarray(history, dtype=float)
    weeks = history[-7 * (len(history) // 7) :].reshape(-1, 7, history.shape[1])
    profile = weeks[-20:].mean(axis=0)
    profile = profile / profile.mean(axis=0)
    level = weeks[-4:].mean(axis=(0, 1))
    centre = profile[np.arange(horizon) % 7] * level
    fitted = profile * weeks.mean(axis=1, keepdims=True)
    spread = ((weeks - fitted) / fitted)[-20:].std(axis=(0, 1)) * 1.1
    return np.stack(
        [centre, centre * (1 - 1.2816 * spread), centre * (1 + 1.2816 * spread)], axis=2
    )


def forecast_sales__weighted_weekdays(history, horizon):
    """Regression of the logs on the weekday, a day counting 1.5 % less than the day after it."""
    logs = np.log(np.asarray(history, dtype=float))
    n = len(logs)
    weekday = np.eye(7)[np.arange(n + horizon) % 7]
    weight = 0.985 ** np.arange(n)[::-1, None]
    means = (weekday[:n].T @ (weight * logs)) / (weekday[:n].T @ weight)
    spread = np.sqrt((weight * (logs - weekday[:n] @ means) ** 2).sum(axis=0) / weight.sum())
    centre = weekday[n:] @ means
    return np.exp(np.stack([centre, centre - 1.2816 * spread, centre + 1.2816 * spread], axis=2))
