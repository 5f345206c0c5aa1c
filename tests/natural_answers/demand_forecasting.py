import bisect
import functools
import itertools
import math
import random
import statistics
import warnings
from collections import deque
from fractions import Fraction
from functools import partial
from statistics import NormalDist

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from scipy import linalg, optimize, special, stats
from scipy.signal import lfilter
from scipy.stats import lognorm, norm
from sklearn.linear_model import LinearRegression
from statsmodels.tsa.ar_model import AutoReg
from statsmodels.tsa.arima.model import ARIMA


# ---------------------------------------------------------------- 5.1 break_backtest


def _rows(n, p, step=1, late=0):
    return [(i, i + p - 1, i + p + late) for i in range(0, n, step) if i + p + late < n]


def _backtest(y, p, n_test, defect=None):
    step = p if defect == "rows_side_by_side" else 1
    rows = _rows(len(y), p, step, int(defect == "target_a_day_late"))
    base = [y[a] if defect == "first_day_for_last" else y[b] for a, b, _ in rows]
    goal = [y[t] for _, _, t in rows]
    rise = [g - b for g, b in zip(goal, base)]
    used = rise if defect == "test_trained_on" else rise[:-n_test]
    if len(rise) - n_test < 1:
        raise ValueError("no row is left for training")
    drift = sum(used) / len(used)
    errors = [r - drift for r in rise]
    errors = errors[:-n_test] if defect == "judged_on_training" else errors[-n_test:]
    if defect == "errors_cancel":
        return abs(sum(errors) / len(errors))
    return sum(abs(e) for e in errors) / len(errors)


def break_backtest__right_one_series(defect):
    return [3, 17, 8, 41, 12, 30, 5, 62, 20, 7, 55, 9], 2, 3


def break_backtest__right_table(defect):
    long = [5, 1, 9, 2, 14, 3, 50, 8, 21, 0, 33, 6, 70, 4]
    return {
        "rows_side_by_side": (long, 2, 2),
        "target_a_day_late": ([0, 10, 0, 10, 0, 10, 0, 10], 1, 2),
        "test_trained_on": ([0, 0, 0, 0, 0, 0, 50], 1, 1),
        "judged_on_training": ([0, 0, 0, 0, 0, 0, 50], 1, 1),
        "first_day_for_last": (long, 3, 2),
        "errors_cancel": ([10, 10, 10, 10, 20, 10], 1, 2),
    }[defect]


def break_backtest__right_random_search(defect):
    rng = np.random.default_rng(7)
    while True:
        y = [int(v) for v in rng.integers(0, 100, 15)]
        if abs(_backtest(y, 3, 2, defect) - _backtest(y, 3, 2)) > 1:
            return y, 3, 2


def break_backtest__right_squares(defect):
    return [0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 3, 90, 8, 77], 2, 3


def break_backtest__wrong_straight_line(defect):
    """A straight line: the average rise is the rise of every row, so most defects give the same error of 0."""
    return list(range(1, 14)), 3, 3


def break_backtest__wrong_constant(defect):
    """A constant series: every back-test has the error 0, whatever its defect."""
    return [7] * 12, 2, 3


def break_backtest__wrong_p_is_one(defect):
    """With p = 1 the first day of a row is its last and rows side by side are all rows, so two defects cannot be seen."""
    return [3, 17, 8, 41, 12, 30, 5, 62, 20, 7], 1, 3


def break_backtest__wrong_one_test_row(defect):
    """With one test row there is nothing to cancel: the absolute mean error is the mean absolute error."""
    return [3, 17, 8, 41, 12, 30, 5, 62, 20, 7, 55, 9], 2, 1


def break_backtest__wrong_too_few_side_by_side(defect):
    """Rows side by side leave only three rows of ten days with p = 3, so with n_test = 3 no row is left for training."""
    return [3, 17, 8, 41, 12, 30, 5, 62, 20, 7], 3, 3


def break_backtest__wrong_too_large_values(defect):
    """Some days sell more than 99, which is not allowed."""
    return [3, 170, 8, 410, 12, 300, 5, 620, 20, 7, 155, 9], 2, 3


def break_backtest__wrong_too_long(defect):
    """30 days are more than the 20 that are allowed."""
    return [int(v) for v in np.random.default_rng(0).integers(0, 100, 30)], 2, 3


def break_backtest__wrong_jump_at_the_end(defect):
    """All test errors have one sign (a constant series, then growth), so cancelling errors give the same number."""
    return [10, 10, 10, 10, 10, 10, 10, 10, 10, 20, 40, 70], 2, 3


def break_backtest__wrong_alternating(defect):
    """The series has a period of 2 and rows of 3 days, so the first day of a row equals its last and that defect cannot be seen."""
    return [10, 20] * 7, 3, 3


def break_backtest__wrong_six_days(defect):
    """With six days and p = 2 a late target leaves three rows and rows side by side two; with n_test = 3 nothing is left for training."""
    return [4, 9, 1, 30, 2, 17], 2, 3


def break_backtest__wrong_floats(defect):
    """Returns an array of floats where a list of whole numbers from 0 to 99 is asked for."""
    return np.random.default_rng(0).random(12) * 99, 2, 3


# ---------------------------------------------------------------- 5.2 mase


def mase__right_numpy(y_true, y_pred, y_train, m):
    y_true, y_pred, y_train = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    if len(y_train) <= m:
        return float("nan")
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    return float(np.abs(y_true - y_pred).mean() / scale) if scale > 0 else float("nan")


def mase__right_loop(y_true, y_pred, y_train, m):
    train = [float(v) for v in y_train]
    steps = [abs(train[t] - train[t - m]) for t in range(m, len(train))]
    if not steps or sum(steps) == 0:
        return math.nan
    error = sum(abs(float(a) - float(b)) for a, b in zip(y_true, y_pred)) / len(y_true)
    return error / (sum(steps) / len(steps))


def mase__right_pandas(y_true, y_pred, y_train, m):
    scale = pd.Series(np.asarray(y_train, dtype=float)).diff(m).abs().mean()
    if not scale > 0:
        return np.nan
    error = pd.Series(np.asarray(y_true, float)).sub(np.asarray(y_pred, float)).abs().mean()
    return error / scale


def mase__right_where(y_true, y_pred, y_train, m):
    train = y_train.astype(np.float64)
    naive = np.abs(np.subtract(train[m:], train[: max(len(train) - m, 0)]))
    if naive.size == 0 or not naive.any():
        return np.float64("nan")
    return np.mean(np.abs(y_true.astype(float) - y_pred.astype(float))) / np.mean(naive)


def mase__wrong_narrow_integers(y_true, y_pred, y_train, m):
    """Subtracts in the type of the input, so differences of unsigned or narrow integers wrap around."""
    if len(y_train) <= m:
        return float("nan")
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    if scale == 0:
        return float("nan")
    return float(np.abs(y_true - y_pred).mean() / scale)


def mase__wrong_lag_one(y_true, y_pred, y_train, m):
    """The scale is always that of the day before; m is ignored (shows whenever m is above 1)."""
    train = np.asarray(y_train, float)
    if len(train) <= m:
        return float("nan")
    scale = np.abs(np.diff(train)).mean()
    if scale == 0:
        return float("nan")
    return float(np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean() / scale)


def mase__wrong_diff_n(y_true, y_pred, y_train, m):
    """np.diff(y, m) differences m times at lag 1; it is not the difference at lag m (shows for m above 1)."""
    train = np.asarray(y_train, float)
    if len(train) <= m:
        return float("nan")
    scale = np.abs(np.diff(train, m)).mean()
    if scale == 0:
        return float("nan")
    return float(np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean() / scale)


def mase__wrong_zero_scale_inf(y_true, y_pred, y_train, m):
    """Divides without looking at the scale: infinity instead of NaN where the scale is 0 and the forecast is not perfect."""
    train = np.asarray(y_train, float)
    if len(train) <= m:
        return float("nan")
    with np.errstate(all="ignore"):
        return float(
            np.mean(np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)))
            / np.abs(train[m:] - train[:-m]).mean()
        )


def mase__wrong_zero_scale_zero(y_true, y_pred, y_train, m):
    """Returns 0, which says the forecast is perfect, where the scale is 0 or missing, instead of NaN."""
    train = np.asarray(y_train, float)
    naive = np.abs(train[m:] - train[: max(0, len(train) - m)])
    if len(naive) == 0 or naive.mean() == 0:
        return 0.0
    return float(
        np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean() / naive.mean()
    )


def mase__wrong_scale_of_test(y_true, y_pred, y_train, m):
    """The scale comes from the days that are forecast instead of from the training days."""
    test = np.asarray(y_true, float)
    if len(test) <= m:
        return float("nan")
    scale = np.abs(test[m:] - test[:-m]).mean()
    return float(np.abs(test - np.asarray(y_pred, float)).mean() / scale) if scale else float("nan")


def mase__wrong_roll(y_true, y_pred, y_train, m):
    """np.roll wraps around, so the first m days are compared with the last m, and a short series gets a scale."""
    train = np.asarray(y_train, float)
    scale = np.abs(train - np.roll(train, m)).mean()
    if scale == 0:
        return float("nan")
    return float(np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean() / scale)


def mase__wrong_squared(y_true, y_pred, y_train, m):
    """Root mean squared errors above and below, not mean absolute ones (RMSSE; shows when errors are unequal)."""
    train = np.asarray(y_train, float)
    if len(train) <= m:
        return float("nan")
    scale = np.sqrt(np.mean((train[m:] - train[:-m]) ** 2))
    if scale == 0:
        return float("nan")
    return float(
        np.sqrt(np.mean((np.asarray(y_true, float) - np.asarray(y_pred, float)) ** 2)) / scale
    )


def mase__wrong_divided_by_all_days(y_true, y_pred, y_train, m):
    """The sum of the scale's errors is divided by all days of training, although the first m have no error."""
    train = np.asarray(y_train, float)
    if len(train) <= m:
        return float("nan")
    scale = np.abs(train[m:] - train[:-m]).sum() / len(train)
    if scale == 0:
        return float("nan")
    return float(np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean() / scale)


def mase__wrong_signs_cancel(y_true, y_pred, y_train, m):
    """Takes the absolute value of the mean error, so errors of both signs cancel (also in the docstring's example)."""
    train = np.asarray(y_train, float)
    if len(train) <= m:
        return float("nan")
    scale = np.abs(train[m:] - train[:-m]).mean()
    if scale == 0:
        return float("nan")
    return float(abs((np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()) / scale)


def mase__wrong_sum_over_horizon(y_true, y_pred, y_train, m):
    """Sums the absolute errors of the forecast instead of averaging them (shows if h is above 1)."""
    train = np.asarray(y_train, float)
    if len(train) <= m:
        return float("nan")
    scale = np.abs(train[m:] - train[:-m]).mean()
    if scale == 0:
        return float("nan")
    return float(np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).sum() / scale)


def mase__wrong_short_raises(y_true, y_pred, y_train, m):
    """Raises an error where the training series has no more than m days; NaN is asked for."""
    if len(y_train) <= m:
        raise ValueError("training series too short")
    return mase__right_numpy(y_true, y_pred, y_train, m)


# ---------------------------------------------------------------- 5.3 kill_mase


def _close(a, b):
    a = float(a)
    return math.isnan(a) if math.isnan(b) else math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)


def kill_mase__right_cases(fn):
    a = np.array
    cases = [
        (a([5.0, 5.0]), a([4.0, 8.0]), a([1.0, 3.0, 1.0]), 1, 1.0),
        # scale at lag 2: |4-1|, |8-2|, |5-4|, |20-8|, |6-5| = 3, 6, 1, 12, 1 -> 4.6
        (
            a([10.0, 20.0, 30.0]),
            a([11.0, 17.0, 37.0]),
            a([1.0, 2, 4, 8, 5, 20, 6]),
            2,
            (11 / 3) / 4.6,
        ),
        (
            a([10, 200], dtype=np.uint8),
            a([20, 100], dtype=np.uint8),
            a([250, 10, 200, 30], dtype=np.uint8),
            1,
            55 / 200,
        ),
        (a([1.0, 2.0]), a([3.0, 2.0]), a([4.0, 4.0, 4.0]), 1, math.nan),
        (a([1.0, 2.0]), a([1.0, 2.0]), a([4.0, 5.0, 4.0, 5.0]), 2, math.nan),
        (a([1.0, 2.0]), a([3.0, 2.0]), a([4.0, 5.0, 7.0]), 3, math.nan),
        (a([1.0, 2.0]), a([3.0, 2.0]), a([4.0, 5.0, 7.0]), 5, math.nan),
        (a([9.0]), a([9.0]), a([4.0, 5.0, 7.0]), 1, 0.0),
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return all(_close(fn(t, f, tr, m), want) for t, f, tr, m, want in cases)


def kill_mase__right_reference(fn):
    rng = np.random.default_rng(3)
    for _ in range(40):
        m, n, h = int(rng.integers(1, 8)), int(rng.integers(1, 30)), int(rng.integers(1, 9))
        kind = rng.choice(["float64", "int64", "uint8", "int8"])
        y, f, tr = (rng.integers(0, 120, k).astype(kind) for k in (h, h, n))
        with np.errstate(all="ignore"), warnings.catch_warnings(action="ignore"):
            got = float(fn(y.copy(), f.copy(), tr.copy(), m))
        want = float(mase__right_loop(y, f, tr, m))
        if not np.isclose(got, want, equal_nan=True):
            return False
    flat = fn(np.array([1.0]), np.array([2.0]), np.full(6, 3.0), 2)
    return bool(np.isnan(flat))


def kill_mase__right_asserts(fn):
    u = lambda *v: np.array(v, dtype=np.uint8)
    f = lambda *v: np.array(v, dtype=float)
    try:
        np.testing.assert_allclose(fn(f(5, 5), f(4, 8), f(1, 3, 1), 1), 1)
        np.testing.assert_allclose(
            fn(f(0, 10, 0), f(1, 0, 6), f(1, 2, 4, 8, 9, 30), 2), (17 / 3) / 9
        )
        np.testing.assert_allclose(fn(u(1, 9), u(5, 1), u(9, 2, 1, 250), 2), 6 / 128)
        for train in (f(3, 3, 3, 3), f(1, 2), f(1)):
            assert np.isnan(fn(f(1), f(4), train, 2))
        assert np.isnan(fn(f(4), f(4), f(3, 3, 3, 3), 2))
    except (AssertionError, ArithmeticError, ValueError, IndexError, TypeError):
        return False
    return True


def kill_mase__wrong_docstring_only(fn):
    """Tries only the docstring's example, where m is 1: the season, narrow integers and missing scales go untested."""
    return bool(
        np.isclose(
            fn(np.array([5.0, 5.0]), np.array([4.0, 8.0]), np.array([1.0, 3.0, 1.0]), 1), 1.0
        )
    )


def kill_mase__wrong_exact_equality(fn):
    """Compares floats exactly, so a right implementation that adds in another order may be rejected."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        y, f, tr = rng.random(7), rng.random(7), rng.random(30)
        if fn(y, f, tr, 7) != np.abs(y - f).mean() / np.abs(tr[7:] - tr[:-7]).mean():
            return False
    return bool(np.isnan(fn(np.ones(1), np.ones(1), np.ones(5), 1)))


def kill_mase__wrong_m_one_only(fn):
    """Every case has m = 1, so implementations that ignore the season pass."""
    ok = np.isclose(
        fn(np.array([5.0, 5.0]), np.array([4.0, 8.0]), np.array([1.0, 3.0, 1.0, 9.0]), 1), 2 / 4
    )
    return bool(ok) and bool(np.isnan(fn(np.ones(2), np.zeros(2), np.ones(4), 1)))


def kill_mase__wrong_demands_exception(fn):
    """Demands an exception where there is no scale; the contract says NaN, so right implementations are rejected."""
    try:
        fn(np.array([1.0]), np.array([2.0]), np.array([3.0]), 2)
    except Exception:
        return kill_mase__wrong_m_one_only(fn)
    return False


def kill_mase__wrong_nan_by_equality(fn):
    """Compares with == np.nan, which is never true, so every right implementation is rejected."""
    ok = np.isclose(
        fn(np.array([5.0, 5.0]), np.array([4.0, 8.0]), np.array([1.0, 3.0, 1.0]), 1), 1.0
    )
    return bool(ok and fn(np.ones(2), np.zeros(2), np.ones(4), 1) == np.nan)


def kill_mase__wrong_equal_errors(fn):
    """All errors in a case are equal, so the median, the root of squares and the maximum pass as means."""
    y, f = np.full(4, 10.0), np.full(4, 12.0)
    train = np.array([1.0, 5.0, 4.0, 8.0, 7.0, 11.0])
    ok = np.isclose(fn(y, f, train, 2), 2 / 3)
    return bool(ok) and bool(np.isnan(fn(y, f, np.ones(6), 2)))


def kill_mase__wrong_demands_python_float(fn):
    """Demands the type float itself: an implementation that returns a numpy float is right and is rejected."""
    got = fn(np.array([10.0, 20.0]), np.array([11.0, 17.0]), np.array([1.0, 2, 4, 8, 5]), 2)
    return type(got) is float and kill_mase__right_cases(fn)


def kill_mase__wrong_no_missing_scale(fn):
    """Tests values but no case without a scale, so infinity, 0 or an error pass where NaN is asked for."""
    rng = np.random.default_rng(1)
    for m in (1, 2, 7):
        y, f, tr = rng.integers(0, 99, 7), rng.integers(0, 99, 7), rng.integers(0, 99, 40)
        if not np.isclose(fn(y, f, tr, m), mase__right_numpy(y, f, tr, m)):
            return False
    return True


def kill_mase__wrong_properties_only(fn):
    """Tests that it is 0 for a perfect forecast and does not change with the unit, which many wrong measures fulfil."""
    y, f, tr = np.array([3.0, 9.0]), np.array([4.0, 5.0]), np.array([1.0, 4.0, 2.0, 8.0])
    return bool(
        np.isclose(fn(y, y, tr, 1), 0)
        and np.isclose(fn(y, f, tr, 1), fn(10 * y, 10 * f, 10 * tr, 1))
        and fn(y, f, tr, 1) != 1.0
    )


def kill_mase__wrong_nan_is(fn):
    """Asks whether the result *is* np.nan: float('nan') and numpy's NaN are other objects, so right ones are rejected."""
    return fn(np.ones(2), np.zeros(2), np.ones(4), 1) is np.nan and kill_mase__right_cases(fn)


# ---------------------------------------------------------------- 5.4 ar_forecast


def ar_forecast__right_lstsq(y, p, h):
    y = np.asarray(y, dtype=float)
    X = np.array([np.r_[1.0, y[t - p : t][::-1]] for t in range(p, len(y))])
    w = np.linalg.lstsq(X, y[p:], rcond=None)[0]
    days = list(y)
    for _ in range(h):
        days.append(w[0] + sum(w[k] * days[-k] for k in range(1, p + 1)))
    return np.array(days[len(y) :])


def ar_forecast__right_sklearn(y, p, h):
    y = np.asarray(y, dtype=float)
    X = np.lib.stride_tricks.sliding_window_view(y, p)
    model = LinearRegression().fit(X[:-1], y[p:])
    last = deque(y[-p:], maxlen=p)
    out = []
    for _ in range(h):
        out.append(model.predict(np.array([last]))[0])
        last.append(out[-1])
    return np.array(out)


def ar_forecast__right_autoreg(y, p, h):
    y = np.asarray(y, dtype=float)
    fit = AutoReg(y, lags=p, trend="c").fit()
    return np.asarray(fit.predict(start=len(y), end=len(y) + h - 1))


def ar_forecast__right_pandas_shift(y, p, h):
    s = pd.Series(y).astype(float)
    frame = pd.concat([s.shift(k) for k in range(1, p + 1)], axis=1).iloc[p:]
    X = np.column_stack([np.ones(len(frame)), frame.to_numpy()])
    w = np.linalg.pinv(X) @ s.to_numpy()[p:]
    state, out = s.to_numpy()[::-1][:p].copy(), np.empty(h)
    for i in range(h):
        out[i] = w[0] + w[1:] @ state
        state = np.r_[out[i], state[:-1]]
    return out


def ar_forecast__right_normal_equations(y, p, h):
    y = np.asarray(y, dtype=float)
    X = np.array([np.r_[1.0, y[t - p : t][::-1]] for t in range(p, len(y))])
    w = np.linalg.solve(X.T @ X, X.T @ y[p:])
    days = list(y)
    for _ in range(h):
        days.append(w[0] + w[1:] @ np.array(days[-1 : -p - 1 : -1]))
    return np.array(days[len(y) :])


def _ar_fit(y, p):
    X = np.array([np.r_[1.0, y[t - p : t][::-1]] for t in range(p, len(y))])
    return np.linalg.lstsq(X, y[p:], rcond=None)[0]


def ar_forecast__wrong_no_intercept(y, p, h):
    """No column of ones, so the model has no intercept."""
    y = np.asarray(y, float)
    X = np.array([y[t - p : t][::-1] for t in range(p, len(y))])
    w = np.linalg.lstsq(X, y[p:], rcond=None)[0]
    days = list(y)
    for _ in range(h):
        days.append(w @ np.array(days[-1 : -p - 1 : -1]))
    return np.array(days[-h:])


def ar_forecast__wrong_lags_reversed(y, p, h):
    """Fits with the latest day first and forecasts with the oldest first (agrees only for p = 1)."""
    y = np.asarray(y, float)
    w = _ar_fit(y, p)
    days = list(y)
    for _ in range(h):
        days.append(w[0] + w[1:] @ np.array(days[-p:]))
    return np.array(days[-h:])


def ar_forecast__wrong_integer_days(y, p, h):
    """Forecasts are written into an array of the input's type, so with integers they are cut off (or wrap around)."""
    w = _ar_fit(np.asarray(y, float), p)
    days = np.zeros(len(y) + h, dtype=y.dtype)
    days[: len(y)] = y
    for t in range(len(y), len(y) + h):
        days[t] = w[0] + w[1:] @ days[t - p : t][::-1]
    return days[-h:].astype(float)


def ar_forecast__wrong_first_day_repeated(y, p, h):
    """The first forecast is repeated; it does not take the place of a day for the next (shows for h above 1)."""
    y = np.asarray(y, float)
    w = _ar_fit(y, p)
    return np.repeat(w[0] + w[1:] @ y[-p:][::-1], h)


def ar_forecast__wrong_last_row_missing(y, p, h):
    """The loop over rows stops a day early, so the last day of y is never a target (hidden if the series fits the model exactly)."""
    y = np.asarray(y, float)
    w = _ar_fit(y[:-1], p)
    days = list(y)
    for _ in range(h):
        days.append(w[0] + w[1:] @ np.array(days[-1 : -p - 1 : -1]))
    return np.array(days[-h:])


def ar_forecast__wrong_demeaned(y, p, h):
    """Takes the mean of y off instead of an intercept; this is not the least sum of squares with an intercept."""
    y = np.asarray(y, float)
    mean = y.mean()
    z = y - mean
    X = np.array([z[t - p : t][::-1] for t in range(p, len(z))])
    w = np.linalg.lstsq(X, z[p:], rcond=None)[0]
    days = list(z)
    for _ in range(h):
        days.append(w @ np.array(days[-1 : -p - 1 : -1]))
    return np.array(days[-h:]) + mean


def ar_forecast__wrong_maximum_likelihood(y, p, h):
    """ARIMA(p,0,0) of statsmodels is fitted by maximum likelihood, with the first p days in it, not by least squares."""
    with warnings.catch_warnings(action="ignore"):
        return np.asarray(ARIMA(np.asarray(y, float), order=(p, 0, 0)).fit().forecast(h))


def ar_forecast__wrong_direct(y, p, h):
    """Fits a model of its own for each distance; the statement wants one model whose forecasts are fed back."""
    y = np.asarray(y, float)
    out = []
    for k in range(h):
        ts = range(p, len(y) - k)
        X = np.array([np.r_[1.0, y[t - p : t][::-1]] for t in ts])
        w = np.linalg.lstsq(X, np.array([y[t + k] for t in ts]), rcond=None)[0]
        out.append(w[0] + w[1:] @ y[-p:][::-1])
    return np.array(out)


def ar_forecast__wrong_mean_for_coming_days(y, p, h):
    """Days that have not come are replaced by the mean of y and not by their forecast (shows for h above 1)."""
    y = np.asarray(y, float)
    w = _ar_fit(y, p)
    days, out = list(y), []
    for _ in range(h):
        out.append(w[0] + w[1:] @ np.array(days[-1 : -p - 1 : -1]))
        days.append(y.mean())
    return np.array(out)


def ar_forecast__wrong_only_lag_p(y, p, h):
    """Uses only the day p days before, not all p days (agrees for p = 1)."""
    y = np.asarray(y, float)
    b, a = np.polyfit(y[:-p], y[p:], 1)
    days = list(y)
    for _ in range(h):
        days.append(a + b * days[-p])
    return np.array(days[-h:])


def ar_forecast__wrong_starts_a_day_early(y, p, h):
    """The first forecast is of the last known day: the row ends one day before the end of y."""
    y = np.asarray(y, float)
    w = _ar_fit(y, p)
    days = list(y[:-1])
    for _ in range(h):
        days.append(w[0] + sum(w[k] * days[-k] for k in range(1, p + 1)))
    return np.array(days[-h:])


# ---------------------------------------------------------------- 5.5 holt_winters


def holt_winters__right_plain(y, m, alpha, gamma, h):
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__right_queue(y, m, alpha, gamma, h):
    days = [float(v) for v in y]
    level = sum(days[:m]) / m
    season = deque(v - level for v in days[:m])
    for v in days[m:]:
        s = season.popleft()
        season.append(s + gamma * (v - level - s))
        level += alpha * (v - s - level)
    return level + np.fromiter(itertools.islice(itertools.cycle(season), h), float)


def holt_winters__right_simultaneous(y, m, alpha, gamma, h):
    y = y.astype(float)
    l, s = y[:m].mean(), list(y[:m] - y[:m].mean())
    for t in range(m, y.size):
        l, new = (
            alpha * (y[t] - s[t - m]) + (1 - alpha) * l,
            gamma * (y[t] - l) + (1 - gamma) * s[t - m],
        )
        s.append(new)
    return l + np.resize(np.array(s[-m:]), h)


def _hw(y, m, alpha, gamma, h, *, start=None, new_level=False, new_season=False):
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m if start is None else start, len(y)):
        old, s = level, season[t % m]
        season_with = gamma * (y[t] - old) + (1 - gamma) * s
        level = alpha * (y[t] - (season_with if new_season else s)) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - (level if new_level else old)) + (1 - gamma) * s
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_new_level(y, m, alpha, gamma, h):
    """The season is updated with the level after this day, where the statement says the old level."""
    return _hw(y, m, alpha, gamma, h, new_level=True)


def holt_winters__wrong_new_season(y, m, alpha, gamma, h):
    """The season is updated first, and the level is computed with the new seasonal value instead of the old."""
    return _hw(y, m, alpha, gamma, h, new_season=True)


def holt_winters__right_from_day_zero(y, m, alpha, gamma, h):
    # on the first m days nothing changes, so the loop may include them
    return _hw(y, m, alpha, gamma, h, start=0)


def holt_winters__wrong_season_from_zero(y, m, alpha, gamma, h):
    """The season starts at 0 instead of the first m days less the level."""
    return _hw_zero(y, m, alpha, gamma, h)


def _hw_zero(y, m, alpha, gamma, h):
    y = np.asarray(y, dtype=float)
    level, season = y[:m].mean(), np.zeros(m)
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_place_zero(y, m, alpha, gamma, h):
    """The forecast begins with place 0 of the season, although y need not end with a whole season."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return np.array([level + season[k % m] for k in range(h)])


def holt_winters__wrong_swapped(y, m, alpha, gamma, h):
    """alpha and gamma are exchanged (agrees if they are equal, as in the example)."""
    return _hw(y, m, gamma, alpha, h)


def holt_winters__wrong_integer_season(y, m, alpha, gamma, h):
    """The season is kept in the type of y, so with integers each seasonal value is cut off (and unsigned ones wrap)."""
    level = y[:m].mean()
    season = (y[:m] - level).astype(y.dtype)
    for t in range(m, len(y)):
        old, s = level, float(season[t % m])
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = int(gamma * (y[t] - old) + (1 - gamma) * s)
    return np.array([level + float(season[(len(y) + k) % m]) for k in range(h)])


def holt_winters__wrong_long_horizon(y, m, alpha, gamma, h):
    """The season is not repeated: beyond m days ahead there are no more values, so the result has at most m days."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = list(y[:m] - level)
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t - m]) + (1 - alpha) * old
        season.append(gamma * (y[t] - old) + (1 - gamma) * season[t - m])
    return level + np.array(season[-m:])[:h]


def holt_winters__right_level_of_all(y, m, alpha, gamma, h):
    # looks wrong (the level starts as the mean of all days), but level and season are shifted by
    # opposite amounts, which both updates keep: every forecast is the same
    y = np.asarray(y, float)
    level = y.mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_mutates(y, m, alpha, gamma, h):
    """The season is a view of y where y is of floats, so the caller's first m days are overwritten."""
    season = y[:m] if y.dtype == float else y[:m].astype(float)
    level = season.mean()
    season -= level
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_level_without_season(y, m, alpha, gamma, h):
    """The level follows the day itself; the seasonal value is not taken off first."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old = level
        level = alpha * y[t] + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_step_late(y, m, alpha, gamma, h):
    """The forecast of the first day takes the seasonal value of the day after it: off by one day of the season."""
    y = np.asarray(y, float)
    out = _hw(y, m, alpha, gamma, h + 1)
    return out[1:]


# ---------------------------------------------------------------- 5.6 rolling_origin


def rolling_origin__right_range(y, fit_predict, start, h, step):
    y = np.asarray(y)
    errors = []
    for o in range(start, len(y) - h + 1, step):
        forecast = np.asarray(fit_predict(y[:o].copy(), h), dtype=float)
        errors.append((o, float(np.mean(np.abs(y[o : o + h].astype(float) - forecast)))))
    return errors


def rolling_origin__right_while(y, fit_predict, start, h, step):
    out, o = [], start
    while o + h <= len(y):
        said = fit_predict(np.array(y[:o]), h)
        out.append((o, sum(abs(float(a) - float(b)) for a, b in zip(y[o : o + h], said)) / h))
        o += step
    return out


def rolling_origin__right_comprehension(y, fit_predict, start, h, step):
    days = np.array(y, dtype=float)
    return [
        (o, np.abs(np.subtract(days[o : o + h], fit_predict(days[:o].copy(), h))).mean())
        for o in range(start, len(days) + 1 - h, step)
    ]


def rolling_origin__right_view(y, fit_predict, start, h, step):
    return [
        (
            o,
            float(
                np.abs(y[o : o + h].astype(float) - np.asarray(fit_predict(y[:o], h), float)).mean()
            ),
        )
        for o in range(start, len(y) - h + 1, step)
    ]


def _roll(y, fit_predict, start, h, step, stop, history=lambda y, o: y[:o].copy(), err=None):
    err = err or (lambda a, b: float(np.abs(a - b).mean()))
    return [
        (o, err(y[o : o + h].astype(float), np.asarray(fit_predict(history(y, o), h), float)))
        for o in range(start, stop, step)
    ]


def rolling_origin__wrong_last_origin_missing(y, fit_predict, start, h, step):
    """range ends at len(y) - h, so the last origin, from which exactly h days remain, is missing."""
    return _roll(y, fit_predict, start, h, step, len(y) - h)


def rolling_origin__wrong_one_origin_too_many(y, fit_predict, start, h, step):
    """Also takes an origin from which fewer than h days remain, and judges it on those that are left."""
    out = []
    for o in range(start, len(y), step):
        truth = y[o : o + h].astype(float)
        said = np.asarray(fit_predict(y[:o].copy(), h), float)[: len(truth)]
        out.append((o, float(np.abs(truth - said).mean())))
    return out


def rolling_origin__wrong_fixed_window(y, fit_predict, start, h, step):
    """The history is a window of `start` days that moves on; the forecaster should have all days before the origin."""
    return _roll(
        y, fit_predict, start, h, step, len(y) - h + 1, lambda y, o: y[o - start : o].copy()
    )


def rolling_origin__wrong_includes_origin(y, fit_predict, start, h, step):
    """The history includes the day of the origin, which is the first day to be forecast: a leak."""
    return _roll(y, fit_predict, start, h, step, len(y) - h + 1, lambda y, o: y[: o + 1].copy())


def rolling_origin__wrong_whole_series(y, fit_predict, start, h, step):
    """The forecaster is given the whole series, the days that judge it included."""
    return _roll(y, fit_predict, start, h, step, len(y) - h + 1, lambda y, o: y.copy())


def rolling_origin__wrong_narrow_integers(y, fit_predict, start, h, step):
    """Subtracts in the type of y, so with unsigned days and forecasts the error wraps around."""
    return [
        (o, float(np.mean(np.abs(y[o : o + h] - np.asarray(fit_predict(y[:o].copy(), h))))))
        for o in range(start, len(y) - h + 1, step)
    ]


def rolling_origin__wrong_steps_of_h(y, fit_predict, start, h, step):
    """Moves on by h days and ignores step (agrees if they are equal)."""
    return _roll(y, fit_predict, start, h, h, len(y) - h + 1)


def rolling_origin__wrong_training_frozen(y, fit_predict, start, h, step):
    """The history is cut at the first origin and never grows, so later origins are forecast from old days."""
    return _roll(y, fit_predict, start, h, step, len(y) - h + 1, lambda y, o: y[:start].copy())


def rolling_origin__wrong_last_day_only(y, fit_predict, start, h, step):
    """Judges only the h-th day ahead, not the mean of all h days (agrees for h = 1)."""
    return _roll(
        y, fit_predict, start, h, step, len(y) - h + 1, err=lambda a, b: float(abs(a[-1] - b[-1]))
    )


def rolling_origin__wrong_signed(y, fit_predict, start, h, step):
    """Averages before it takes the absolute value, so errors of both signs cancel (agrees for h = 1)."""
    return _roll(
        y, fit_predict, start, h, step, len(y) - h + 1, err=lambda a, b: float(abs((a - b).mean()))
    )


def rolling_origin__wrong_errors_only(y, fit_predict, start, h, step):
    """Returns the errors without their origins."""
    return [e for _, e in _roll(y, fit_predict, start, h, step, len(y) - h + 1)]


def rolling_origin__wrong_needs_array(y, fit_predict, start, h, step):
    """Calls .astype on the forecast, which may be any sequence: a forecaster that returns a list fails."""
    return [
        (
            o,
            float(
                np.abs(
                    y[o : o + h].astype(float) - fit_predict(y[:o].copy(), h).astype(float)
                ).mean()
            ),
        )
        for o in range(start, len(y) - h + 1, step)
    ]


# ---------------------------------------------------------------- 5.7 back_transform


def back_transform__right_branches(mu, sd, loss):
    mu, sd = np.asarray(mu, float), np.asarray(sd, float)
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)
    return np.exp(mu + stats.norm.ppf(loss) * sd)


def back_transform__right_shift(mu, sd, loss):
    from statistics import NormalDist

    sd = np.asarray(sd, dtype=float)
    match loss:
        case "squared":
            shift = 0.5 * sd * sd
        case "absolute":
            shift = 0.0
        case _:
            shift = NormalDist().inv_cdf(float(loss)) * sd
    return np.exp(np.asarray(mu, dtype=float) + shift)


def back_transform__right_loop(mu, sd, loss):
    out = []
    for m, s in zip(mu, sd):
        q = 0.5 if loss == "absolute" else loss
        if q == "squared":
            out.append(math.exp(m + s * s / 2))
        else:
            out.append(math.exp(stats.norm.ppf(q) * s + m))
    return np.array(out)


def back_transform__wrong_exp_only(mu, sd, loss):
    """exp of the mean of the logarithm whatever the loss: that is the median, right for absolute errors alone."""
    return np.exp(np.asarray(mu, float))


def back_transform__wrong_sd_not_variance(mu, sd, loss):
    """The mean of a lognormal adds half of the variance; this adds half of the standard deviation."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd / 2)
    return np.exp(mu + stats.norm.ppf(loss) * sd)


def back_transform__wrong_variance_not_halved(mu, sd, loss):
    """Adds the whole variance for the mean; half of it is right."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2)
    return np.exp(mu + stats.norm.ppf(loss) * sd)


def back_transform__wrong_losses_exchanged(mu, sd, loss):
    """The absolute error is given the mean and the squared error the median; it is the other way round."""
    if loss == "squared":
        return np.exp(mu)
    if loss == "absolute":
        return np.exp(mu + sd**2 / 2)
    return np.exp(mu + stats.norm.ppf(loss) * sd)


def back_transform__wrong_one_minus_q(mu, sd, loss):
    """Takes the quantile 1 - q: q is the price of sales that exceed the forecast, so a high q asks for a high forecast."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)
    return np.exp(mu + stats.norm.ppf(1 - loss) * sd)


def back_transform__wrong_ppf_scale_zero(mu, sd, loss):
    """scipy's quantile with a scale of 0 is NaN, so days with sd = 0 get no forecast for a numeric loss."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)
    return np.exp(stats.norm.ppf(loss, loc=mu, scale=sd))


def back_transform__wrong_lognorm(mu, sd, loss):
    """scipy's lognorm needs a shape above 0: where sd is 0 median, mean and quantile are NaN."""
    dist = stats.lognorm(s=sd, scale=np.exp(mu))
    if loss == "absolute":
        return dist.median()
    if loss == "squared":
        return dist.mean()
    return dist.ppf(loss)


def back_transform__wrong_mean_sd(mu, sd, loss):
    """Uses one standard deviation, the mean over days, for all days (shows where they differ)."""
    s = np.mean(sd)
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + s**2 / 2)
    return np.exp(mu + stats.norm.ppf(loss) * s)


def back_transform__wrong_symmetric_sales(mu, sd, loss):
    """The quantile is taken as if sales themselves were normal around the median, with sd as a share."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)
    return np.exp(mu) * (1 + stats.norm.ppf(loss) * sd)


def back_transform__wrong_mutates(mu, sd, loss):
    """Adds in place, so the caller's mu is changed for the squared error and for quantiles."""
    if loss == "squared":
        mu += sd**2 / 2
    elif loss != "absolute":
        mu += stats.norm.ppf(loss) * sd
    return np.exp(mu)


def back_transform__wrong_quantile_of_mean(mu, sd, loss):
    """For a number the quantile is taken around the mean: the half variance is added although a quantile needs none."""
    if loss == "absolute":
        return np.exp(mu)
    centre = mu + sd**2 / 2
    if loss == "squared":
        return np.exp(centre)
    return np.exp(centre + stats.norm.ppf(loss) * sd)


# ---------------------------------------------------------------- 5.8 holiday_columns


def holiday_columns__right_isin(days, holidays, before, after):
    return np.column_stack(
        [np.isin(days, np.asarray(holidays) + k) for k in range(-before, after + 1)]
    ).astype(float)


def holiday_columns__right_broadcast(days, holidays, before, after):
    gap = np.asarray(days)[:, None, None] - np.asarray(holidays)[None, :, None]
    return (gap == np.arange(-before, after + 1)).any(axis=1).astype(float)


def holiday_columns__right_sets(days, holidays, before, after):
    free = {int(d) for d in holidays}
    rows = [[float(int(d) - k in free) for k in range(-before, after + 1)] for d in days]
    return np.array(rows, dtype=float).reshape(len(days), before + 1 + after)


def holiday_columns__right_fill(days, holidays, before, after):
    out = np.zeros((len(days), before + 1 + after))
    for holiday in holidays:
        for i, day in enumerate(days):
            j = int(day) - int(holiday) + before
            if 0 <= j < out.shape[1]:
                out[i, j] = 1
    return out


def holiday_columns__wrong_counts(days, holidays, before, after):
    """Adds 1 for every holiday, so a holiday that is listed twice gives a 2."""
    out = np.zeros((len(days), before + 1 + after))
    for holiday in holidays:
        for i, day in enumerate(days):
            j = day - holiday + before
            if 0 <= j < out.shape[1]:
                out[i, j] += 1
    return out


def holiday_columns__wrong_columns_reversed(days, holidays, before, after):
    """The columns are mirrored: days after a holiday stand where days before it belong (a test with before = after and only the holiday hides it)."""
    return np.column_stack(
        [np.isin(days, np.asarray(holidays) - k) for k in range(-before, after + 1)]
    ).astype(float)


def holiday_columns__wrong_drops_outside(days, holidays, before, after):
    """Holidays that are not among the days are dropped, although their neighbours count."""
    inside = [d for d in holidays if d in set(days.tolist())]
    return np.column_stack(
        [np.isin(days, np.array(inside, dtype=int) + k) for k in range(-before, after + 1)]
    ).astype(float)


def holiday_columns__wrong_shift_rows(days, holidays, before, after):
    """Shifts the holiday's column by rows, as if days were sorted and without gaps, and misses holidays outside."""
    flag = pd.Series(np.isin(days, holidays).astype(float))
    return np.column_stack([flag.shift(k, fill_value=0.0) for k in range(-before, after + 1)])


def holiday_columns__wrong_nearest_holiday(days, holidays, before, after):
    """Looks only at the nearest holiday, so a day between two holidays gets one 1 instead of several."""
    out = np.zeros((len(days), before + 1 + after))
    if len(holidays) == 0:
        return out
    for i, day in enumerate(days):
        nearest = holidays[np.abs(holidays - day).argmin()]
        if -before <= day - nearest <= after:
            out[i, day - nearest + before] = 1
    return out


def holiday_columns__wrong_position_as_day(days, holidays, before, after):
    """Uses the number of the day as its row, so it is right only if the days are 0, 1, 2, ..."""
    out = np.zeros((len(days), before + 1 + after))
    for holiday in holidays:
        for k in range(-before, after + 1):
            if 0 <= holiday + k < len(days):
                out[holiday + k, k + before] = 1
    return out


def holiday_columns__wrong_no_day_itself(days, holidays, before, after):
    """The last column is missing: range ends at after, so there are before + after columns."""
    shifts = range(-before, after)
    return np.array([[float(d - k in holidays) for k in shifts] for d in days])


def holiday_columns__wrong_one_window(days, holidays, before, after):
    """Every day near a holiday has a 1 in all columns; the columns are not told apart."""
    near = np.zeros(len(days))
    for k in range(-before, after + 1):
        near = np.maximum(near, np.isin(days, np.asarray(holidays) + k))
    return np.tile(near[:, None], (1, before + 1 + after))


def holiday_columns__wrong_none_fails(days, holidays, before, after):
    """Fails with an error if there is no holiday: a maximum over nothing."""
    gap = days[:, None] - holidays[None, :]
    return np.stack([(gap == k).max(axis=1) for k in range(-before, after + 1)], axis=1).astype(
        float
    )


def holiday_columns__wrong_transposed(days, holidays, before, after):
    """A row for each shift and a column for each day: the result is transposed."""
    return np.array(
        [np.isin(days, np.asarray(holidays) + k) for k in range(-before, after + 1)], dtype=float
    )


def holiday_columns__wrong_first_match_only(days, holidays, before, after):
    """Leaves the loop at the first holiday that is near, so a day between two holidays gets one 1 only."""
    out = np.zeros((len(days), before + 1 + after))
    for i, day in enumerate(days):
        for holiday in holidays:
            if -before <= day - holiday <= after:
                out[i, day - holiday + before] = 1
                break
    return out


# ---------------------------------------------------------------- 5.9 select_arima


def _difference(y, grid):
    z = np.asarray(y, dtype=float)
    for _ in range(grid["d"]):
        z = z[1:] - z[:-1]
    for _ in range(grid["D"]):
        z = z[grid["m"] :] - z[: -grid["m"]]
    return z


def _search(z, grid, trend, score="aicc", keys=None):
    best, low, failed = None, np.inf, []
    d, D, m = grid["d"], grid["D"], grid["m"]
    tops = [range(grid[k] + 1) for k in "pqPQ"]
    for p, q, P, Q in keys or itertools.product(*tops):
        order = (p, d, q, P, D, Q, m)
        try:
            with warnings.catch_warnings(action="ignore"):
                value = getattr(
                    ARIMA(z, order=(p, 0, q), seasonal_order=(P, 0, Q, m), trend=trend).fit(), score
                )
        except Exception:
            failed.append(order)
            continue
        if not np.isfinite(value):
            failed.append(order)
        elif value < low:
            best, low = order, value
    return best, float(low), failed


def select_arima__right_product(y_train, grid):
    z = _difference(y_train, grid)
    return _search(z, grid, "n" if grid["d"] or grid["D"] else "c")


def select_arima__right_four_loops(y_train, grid):
    z = np.array(y_train, dtype=float)
    z = np.diff(z, n=grid["d"])
    m = grid["m"]
    for _ in range(grid["D"]):
        z = (pd.Series(z) - pd.Series(z).shift(m)).dropna().to_numpy()
    trend = "c" if grid["d"] + grid["D"] == 0 else "n"
    scores, failed = {}, []
    for p in range(grid["p"] + 1):
        for q in range(grid["q"] + 1):
            for P in range(grid["P"] + 1):
                for Q in range(grid["Q"] + 1):
                    key = (p, grid["d"], q, P, grid["D"], Q, m)
                    with warnings.catch_warnings():
                        warnings.simplefilter("ignore")
                        try:
                            fit = ARIMA(
                                z, order=(p, 0, q), seasonal_order=(P, 0, Q, m), trend=trend
                            ).fit()
                            assert math.isfinite(fit.aicc)
                        except Exception:
                            failed.append(key)
                        else:
                            scores[key] = fit.aicc
    best = min(scores, key=scores.get)
    return best, scores[best], failed


def select_arima__right_season_first(y_train, grid):
    z, m = pd.Series(np.asarray(y_train)).astype(float), grid["m"]
    for _ in range(grid["D"]):
        z = z.diff(m)
    for _ in range(grid["d"]):
        z = z.diff()
    z = z.dropna().to_numpy()
    rows = []
    for p, q, P, Q in np.ndindex(*(grid[k] + 1 for k in "pqPQ")):
        try:
            with warnings.catch_warnings(action="ignore"):
                model = ARIMA(
                    z,
                    order=(p, 0, q),
                    seasonal_order=(P, 0, Q, m),
                    trend="n" if z.size < len(y_train) else "c",
                )
                value = model.fit().aicc
        except Exception:
            value = np.nan
        rows.append(((p, grid["d"], q, P, grid["D"], Q, m), value))
    good = [row for row in rows if np.isfinite(row[1])]
    order, aicc = min(good, key=lambda row: row[1])
    return order, aicc, [row[0] for row in rows if not np.isfinite(row[1])]


def select_arima__right_other_order(y_train, grid):
    z = _difference(y_train, grid)
    keys = [k[::-1] for k in itertools.product(*(range(grid[k] + 1) for k in "QPqp"))]
    return _search(z, grid, "n" if grid["d"] or grid["D"] else "c", keys=keys)


def select_arima__wrong_aic(y_train, grid):
    """Compares by AIC and returns it; AICc has a larger penalty in short series."""
    return _search(_difference(y_train, grid), grid, "n" if grid["d"] or grid["D"] else "c", "aic")


def select_arima__wrong_bic(y_train, grid):
    """Compares by BIC, which is not what was asked."""
    return _search(_difference(y_train, grid), grid, "n" if grid["d"] or grid["D"] else "c", "bic")


def select_arima__wrong_exclusive_range(y_train, grid):
    """range(grid["p"]) leaves out the largest order of each kind; with a largest order of 0 nothing is tried but the zero model."""
    keys = list(itertools.product(*(range(max(grid[k], 1)) for k in "pqPQ")))
    return _search(
        _difference(y_train, grid), grid, "n" if grid["d"] or grid["D"] else "c", keys=keys
    )


def select_arima__wrong_always_constant(y_train, grid):
    """Every model has a constant, also those of differences (shows if d or D is above 0)."""
    return _search(_difference(y_train, grid), grid, "c")


def select_arima__wrong_never_constant(y_train, grid):
    """No model has a constant, also where nothing was differenced (shows if d and D are 0)."""
    return _search(_difference(y_train, grid), grid, "n")


def select_arima__wrong_constant_unless_d(y_train, grid):
    """Looks at d alone: models of a seasonal difference without d get a constant that they must not have."""
    return _search(_difference(y_train, grid), grid, "n" if grid["d"] else "c")


def select_arima__right_differences_in_model(y_train, grid):
    """Leaves differencing to ARIMA(p, d, q)(P, D, Q): the AICc is the same but for 1e-3."""
    y = np.asarray(y_train, float)
    best, low, failed = None, np.inf, []
    for p, q, P, Q in itertools.product(*(range(grid[k] + 1) for k in "pqPQ")):
        order = (p, grid["d"], q, P, grid["D"], Q, grid["m"])
        try:
            with warnings.catch_warnings(action="ignore"):
                aicc = ARIMA(y, order=order[:3], seasonal_order=order[3:]).fit().aicc
        except Exception:
            failed.append(order)
            continue
        if not np.isfinite(aicc):
            failed.append(order)
        elif aicc < low:
            best, low = order, aicc
    return best, low, failed


def select_arima__wrong_first_failure_ends(y_train, grid):
    """An order whose fit raises an error ends the whole search."""
    z = _difference(y_train, grid)
    scores = {}
    for p, q, P, Q in itertools.product(*(range(grid[k] + 1) for k in "pqPQ")):
        with warnings.catch_warnings(action="ignore"):
            fit = ARIMA(
                z,
                order=(p, 0, q),
                seasonal_order=(P, 0, Q, grid["m"]),
                trend="n" if grid["d"] or grid["D"] else "c",
            ).fit()
        scores[p, grid["d"], q, P, grid["D"], Q, grid["m"]] = fit.aicc
    best = min(scores, key=scores.get)
    return best, scores[best], []


def select_arima__wrong_infinite_not_failed(y_train, grid):
    """Only errors count as failures; an order without a finite AICc is passed over in silence and not listed (shows in series hardly longer than the parameters)."""
    best, low, failed = None, np.inf, []
    z = _difference(y_train, grid)
    for p, q, P, Q in itertools.product(*(range(grid[k] + 1) for k in "pqPQ")):
        order = (p, grid["d"], q, P, grid["D"], Q, grid["m"])
        try:
            with warnings.catch_warnings(action="ignore"):
                aicc = (
                    ARIMA(
                        z,
                        order=(p, 0, q),
                        seasonal_order=(P, 0, Q, grid["m"]),
                        trend="n" if grid["d"] or grid["D"] else "c",
                    )
                    .fit()
                    .aicc
                )
        except Exception:
            failed.append(order)
            continue
        if aicc < low:
            best, low = order, aicc
    return best, low, failed


def select_arima__wrong_diff_m_times(y_train, grid):
    """np.diff(z, m) differences m times at lag 1; a seasonal difference is one difference at lag m (shows if D is above 0)."""
    z = np.diff(np.asarray(y_train, float), n=grid["d"])
    if grid["D"]:
        z = np.diff(z, n=grid["m"] * grid["D"])
    return _search(z, grid, "n" if grid["d"] or grid["D"] else "c")


def select_arima__wrong_order_without_d(y_train, grid):
    """Returns the order that was fitted, with 0 in the place of d and D, instead of the order of the whole model."""
    order, aicc, failed = select_arima__right_product(y_train, grid)
    zero = lambda o: (o[0], 0, o[2], o[3], 0, o[5], o[6])
    return zero(order), aicc, [zero(o) for o in failed]


def select_arima__wrong_narrow_integers(y_train, grid):
    """Differences in the type of the input: unsigned or narrow integers wrap around (shows if d or D is above 0)."""
    z = np.diff(y_train, n=grid["d"])
    for _ in range(grid["D"]):
        z = z[grid["m"] :] - z[: -grid["m"]]
    return _search(z.astype(float), grid, "n" if grid["d"] or grid["D"] else "c")


def select_arima__wrong_one_seasonal_only(y_train, grid):
    """Tries the seasonal part with P = Q only, so part of the grid is never fitted."""
    keys = [
        (p, q, s, s)
        for p in range(grid["p"] + 1)
        for q in range(grid["q"] + 1)
        for s in range(min(grid["P"], grid["Q"]) + 1)
    ]
    return _search(
        _difference(y_train, grid), grid, "n" if grid["d"] or grid["D"] else "c", keys=keys
    )


# ---------------------------------------------------------------- 5.10 forecast_sales


def _hw_logs(logs, horizon, alpha=0.2, gamma=0.05):
    level = logs[:28].mean(axis=0)
    season = logs[:28].reshape(4, 7, -1).mean(axis=0) - level
    for t in range(len(logs)):
        s, old = season[t % 7].copy(), level
        level = old + alpha * (logs[t] - s - old)
        season[t % 7] = s + gamma * (logs[t] - old - s)
    return np.array([level + season[(len(logs) + k) % 7] for k in range(horizon)])


def forecast_sales__wrong_smoothing_not_tuned(history, horizon):
    """The weights of the smoothing are guessed, so the forecast reaches a third of the way from the baseline to the reference."""
    logs = np.log(np.asarray(history, dtype=float))
    n = len(logs)
    said = _hw_logs(logs, horizon)
    first = min(56, n - horizon - 7)
    missed = [
        logs[o : o + horizon] - _hw_logs(logs[:o], horizon)
        for o in range(max(first, 28), n - horizon + 1)
    ]
    missed = np.array(missed)
    near = np.array(
        [missed[:, max(0, k - 3) : k + 4].reshape(-1, logs.shape[1]) for k in range(horizon)],
        dtype=object,
    )
    low = np.array([np.quantile(np.asarray(e, float), 0.1, axis=0) for e in near])
    high = np.array([np.quantile(np.asarray(e, float), 0.9, axis=0) for e in near])
    return np.exp(np.stack([said, said + low, said + high], axis=-1))


def _shrunk_weekdays(logs, horizon, weeks=16, recent=14):
    n = len(logs)
    weeks = min(weeks, n // 7)
    tail = logs[-7 * weeks :].reshape(weeks, 7, -1)
    season = (tail - tail.mean(axis=1, keepdims=True)).mean(axis=0)
    clean = logs[-recent:] - np.resize(season, (recent, logs.shape[1]))
    w = 0.88 ** np.arange(recent)[::-1]
    level = (w[:, None] * clean).sum(axis=0) / w.sum()
    return level + np.vstack([season] * (horizon // 7 + 1))[:horizon]


def forecast_sales__right_level_and_week(history, horizon):
    logs = np.log(np.array(history, dtype=float))
    n, out = len(logs), _shrunk_weekdays(logs, horizon)
    errors = []
    for o in range(max(42, n - 70 - horizon), n - horizon + 1):
        errors.append(logs[o : o + horizon] - _shrunk_weekdays(logs[:o], horizon, weeks=12))
    errors = np.array(errors)
    rms = np.sqrt((errors**2).mean(axis=0))
    k = np.arange(horizon)
    smooth = np.array(
        [
            np.polyval(np.polyfit(k, rms[:, c], 1), k) if horizon > 2 else rms[:, c]
            for c in range(logs.shape[1])
        ]
    ).T
    spread = 1.2816 * np.maximum(smooth, 1e-9)
    return np.exp(np.stack([out, out - spread, out + spread], axis=2))


def _weekday_mean(history, horizon, weeks):
    mean = history[-7 * weeks :].reshape(weeks, 7, -1).mean(axis=0)
    return np.vstack([mean] * (horizon // 7 + 1))[:horizon]


def forecast_sales__wrong_flat_mean(history, horizon):
    """The mean of the last four weeks for every day, with the quantiles of these days: no week, so no better than the baseline."""
    last = np.asarray(history, float)[-28:]
    out = np.stack(
        [last.mean(axis=0), np.quantile(last, 0.1, axis=0), np.quantile(last, 0.9, axis=0)], axis=-1
    )
    return np.tile(out, (horizon, 1, 1))


def forecast_sales__wrong_last_week(history, horizon):
    """Repeats the last week, with intervals of plus and minus 10 %: one noisy week, and a width that nobody measured."""
    said = _weekday_mean(np.asarray(history, float), horizon, 1)
    return np.stack([said, 0.9 * said, 1.1 * said], axis=-1)


def forecast_sales__wrong_no_interval(history, horizon):
    """Both ends of the interval are the forecast itself: a width of 0 misses every day."""
    said = _weekday_mean(np.asarray(history, float), horizon, 8)
    return np.stack([said, said, said], axis=-1)


def forecast_sales__wrong_confidence_of_mean(history, horizon):
    """The interval is that of the mean (standard error), not of a day, so it is far too narrow."""
    weeks = np.asarray(history, float)[-56:].reshape(8, 7, -1)
    said = _weekday_mean(np.asarray(history, float), horizon, 8)
    se = weeks.std(axis=0, ddof=1) / np.sqrt(8)
    se = np.vstack([se] * (horizon // 7 + 1))[:horizon]
    return np.stack([said, said - 1.28 * se, said + 1.28 * se], axis=-1)


def forecast_sales__wrong_first_axis_three(history, horizon):
    """Returns the shape (3, horizon, n_series) instead of (horizon, n_series, 3)."""
    said = _weekday_mean(np.asarray(history, float), horizon, 8)
    return np.array([said, 0.8 * said, 1.2 * said])


def forecast_sales__wrong_whole_weeks(history, horizon):
    """Repeats the week horizon // 7 times, so a horizon that is not of whole weeks has days missing; intervals are those of all days of the column."""
    history = np.asarray(history, float)
    week = history[-56:].reshape(8, 7, -1).mean(axis=0)
    said = np.tile(week, (horizon // 7, 1))
    return np.stack(
        [said, said - 1.28 * history.std(axis=0), said + 1.28 * history.std(axis=0)], axis=-1
    )


# What is true of wrong answers, among what the check knows.


# ================================================================== by another reader


# ---------------------------------------------------------------- 5.1


def break_backtest__right_one_for_all(defect):
    return [70, 37, 97, 7, 28, 66, 68, 46, 35, 99, 22], 2, 3


def break_backtest__right_each(defect):
    return {
        "rows_side_by_side": ([0, 1, 4, 5, 16, 17, 40, 41, 64], 2, 1),
        "target_a_day_late": ([0, 1, 4, 9, 16, 25, 36, 49, 64, 81], 1, 2),
        "test_trained_on": ([1, 2, 3, 4, 5, 20], 1, 1),
        "judged_on_training": ([1, 2, 3, 5, 6, 20], 1, 1),
        "first_day_for_last": ([5, 9, 5, 9, 5, 12, 5], 2, 1),
        "errors_cancel": ([5, 5, 5, 5, 9, 5, 9, 5], 1, 4),
    }[defect]


def _backtest_again(y, p, n_test, defect=None):
    n = len(y)
    late = defect == "target_a_day_late"
    step = p if defect == "rows_side_by_side" else 1
    starts = range(0, n - p - late, step)
    rows = [(y[i : i + p], y[i + p + late]) for i in starts]
    train, test = rows[:-n_test], rows[-n_test:]
    if not train:
        raise ValueError
    base = 0 if defect == "first_day_for_last" else -1
    learn = rows if defect == "test_trained_on" else train
    rise = sum(t - r[base] for r, t in learn) / len(learn)
    judge = train if defect == "judged_on_training" else test
    errors = [r[base] + rise - t for r, t in judge]
    if defect == "errors_cancel":
        return abs(sum(errors) / len(errors))
    return sum(map(abs, errors)) / len(errors)


def break_backtest__right_random_search_again(defect):
    rng = random.Random(0)
    while True:
        y, p, n_test = (
            [rng.randint(0, 99) for _ in range(rng.randint(6, 20))],
            rng.randint(1, 5),
            rng.randint(1, 3),
        )
        try:
            if (
                len(range(0, len(y) - p - 1, p)) > n_test
                and abs(_backtest_again(y, p, n_test) - _backtest_again(y, p, n_test, defect))
                > 0.01
            ):
                return y, p, n_test
        except ValueError:
            pass


_Y = [70, 37, 97, 7, 28, 66, 68, 46, 35, 99, 22]


def break_backtest__wrong_p_one(defect):
    """With p = 1 rows that lie side by side are the same rows, and first and last day of a row are the same: rows_side_by_side and first_day_for_last do not show."""
    return _Y, 1, 3


def break_backtest__wrong_straight_line_again(defect):
    """On a straight line every rise is the same and every error is 0: most defects (test_trained_on, judged_on_training, errors_cancel, rows_side_by_side) do not show."""
    return list(range(1, 21)), 2, 3


def break_backtest__wrong_one_test_row_again(defect):
    """For errors_cancel a single test row leaves nothing to cancel."""
    return (_Y, 2, 1) if defect == "errors_cancel" else (_Y, 2, 3)


def break_backtest__wrong_too_large_values_again(defect):
    """Days above 99, which the contract does not allow (every defect)."""
    return [v * 10 for v in _Y], 2, 3


def break_backtest__wrong_no_training_row_left(defect):
    """With p = 4 and n_test = 3 the eleven days have two side-by-side rows, so rows_side_by_side leaves none for training, which the contract demands; other defects are shown properly."""
    return (_Y, 4, 3) if defect == "rows_side_by_side" else (_Y, 2, 3)


def break_backtest__wrong_period_equals_p(defect):
    """For first_day_for_last the series repeats, and the first and the last day of every row are equal (period p - 1)."""
    return ([5, 9, 5, 9, 5, 9, 5, 9, 5, 9], 3, 2) if defect == "first_day_for_last" else (_Y, 2, 3)


def break_backtest__wrong_errors_one_sign(defect):
    """For errors_cancel all test errors have the same sign, so none cancels."""
    return ([1, 1, 1, 1, 1, 10, 30, 60], 1, 3) if defect == "errors_cancel" else (_Y, 2, 3)


# ---------------------------------------------------------------- 5.2


def mase__right_numpy_again(y_true, y_pred, y_train, m):
    t, p, tr = (np.asarray(v, dtype=float) for v in (y_true, y_pred, y_train))
    if len(tr) <= m:
        return float("nan")
    scale = np.abs(tr[m:] - tr[:-m]).mean()
    return float(np.abs(t - p).mean() / scale) if scale > 0 else float("nan")


def mase__right_loop_again(y_true, y_pred, y_train, m):
    tr = [float(v) for v in y_train]
    diffs = [abs(tr[i] - tr[i - m]) for i in range(m, len(tr))]
    if not diffs or sum(diffs) == 0:
        return math.nan
    err = [abs(float(a) - float(b)) for a, b in zip(y_true, y_pred)]
    return (sum(err) / len(err)) / (sum(diffs) / len(diffs))


def mase__right_pandas_again(y_true, y_pred, y_train, m):
    scale = pd.Series(np.array(y_train, dtype=float)).diff(m).abs().mean()
    mae = (pd.Series(np.array(y_true, dtype=float)) - np.array(y_pred, dtype=float)).abs().mean()
    return np.float64(mae / scale) if scale else np.nan


def mase__wrong_narrow_integers_again(y_true, y_pred, y_train, m):
    """Subtracts without turning the numbers into floats: unsigned or narrow integers wrap around."""
    y_true, y_pred, y_train = map(np.asarray, (y_true, y_pred, y_train))
    if len(y_train) <= m:
        return float("nan")
    scale = np.mean(np.abs(y_train[m:] - y_train[:-m]))
    return float(np.mean(np.abs(y_true - y_pred)) / scale) if scale else float("nan")


def mase__wrong_scale_from_test(y_true, y_pred, y_train, m):
    """The scale comes from the days that are forecast, each compared with m days before."""
    allv = np.concatenate([np.asarray(y_train, float), np.asarray(y_true, float)])
    h = len(y_true)
    if len(y_train) <= m:
        return float("nan")
    scale = np.abs(allv[m:] - allv[:-m])[-h:].mean()
    return (
        float(np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean() / scale)
        if scale
        else float("nan")
    )


def mase__wrong_lag_one_again(y_true, y_pred, y_train, m):
    """The scale is the error of "as yesterday", whatever m is."""
    r = mase__right_numpy_again(y_true, y_pred, y_train, 1)
    return r if len(y_train) > m else float("nan")


def mase__wrong_infinite_scale(y_true, y_pred, y_train, m):
    """A scale of 0 gives infinity (or NaN only if the error is 0 too)."""
    tr = np.asarray(y_train, float)
    if len(tr) <= m:
        return float("nan")
    with np.errstate(all="ignore"):
        return float(
            np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
            / np.abs(tr[m:] - tr[:-m]).mean()
        )


def mase__wrong_divides_by_n(y_true, y_pred, y_train, m):
    """The sum of the seasonal errors is divided by n_days, not by n_days - m."""
    tr = np.asarray(y_train, float)
    scale = np.abs(tr[m:] - tr[:-m]).sum() / len(tr) if len(tr) > m else 0
    return (
        float(np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean() / scale)
        if scale
        else float("nan")
    )


def mase__wrong_short_raises_again(y_true, y_pred, y_train, m):
    """A training series of no more than m days raises an error instead of giving NaN."""
    tr = np.asarray(y_train, float)
    if len(tr) <= m:
        raise ValueError("too short")
    return mase__right_numpy_again(y_true, y_pred, y_train, m)


def mase__wrong_root_mean_square(y_true, y_pred, y_train, m):
    """The root of the squared errors above and below, not the absolute ones."""
    tr, e = np.asarray(y_train, float), np.asarray(y_true, float) - np.asarray(y_pred, float)
    if len(tr) <= m:
        return float("nan")
    s = np.sqrt(np.mean((tr[m:] - tr[:-m]) ** 2))
    return float(np.sqrt(np.mean(e**2)) / s) if s else float("nan")


# ---------------------------------------------------------------- 5.3


def kill_mase__right_by_hand(fn):
    a = np.array
    tr = a([1.0, 4.0, 2.0, 8.0, 6.0, 7.0, 1.0])
    # m = 1: 3 2 6 2 1 6 -> 20 / 6; m = 2: 1 4 4 1 5 -> 3
    t, p = a([10.0, 20.0, 30.0]), a([11.0, 16.0, 37.0])  # 1 4 7 -> 4
    ok = abs(fn(t, p, tr, 1) - 4 / (20 / 6)) < 1e-9 and abs(fn(t, p, tr, 2) - 4 / 3) < 1e-9
    ok = (
        ok
        and math.isnan(fn(t, p, a([1.0, 2.0, 1.0, 2.0]), 2))
        and math.isnan(fn(t, p, a([1.0, 2.0]), 2))
    )
    ok = ok and math.isnan(fn(t, p, a([1.0]), 3)) and math.isnan(fn(t, t, a([5.0, 5.0, 5.0]), 1))
    u = a([10, 20, 30], dtype=np.uint8)
    ok = ok and abs(fn(u, a([11, 16, 37], dtype=np.uint8), tr.astype(np.uint8), 2) - 4 / 3) < 1e-9
    ok = ok and abs(fn(t, t, tr, 2)) < 1e-12
    return bool(ok)


def kill_mase__right_reference_again(fn):
    rng = np.random.default_rng(0)
    for k in range(80):
        h, n, m = rng.integers(1, 9), rng.integers(1, 25), int(rng.integers(1, 8))
        if k % 3 == 0:
            t, p, tr = (rng.integers(0, 200, s).astype(np.uint8) for s in (h, h, n))
        elif k % 3 == 1:
            t, p, tr = (rng.integers(-120, 120, s).astype(np.int8) for s in (h, h, n))
        else:
            t, p, tr = (rng.normal(50, 30, s) for s in (h, h, n))
        if k % 10 == 9:
            tr = np.tile(tr[:m], 4)
        want = mase__right_loop_again(t, p, tr, m)
        got = fn(t, p, tr, m)
        if not np.isclose(got, want, rtol=1e-6, equal_nan=True):
            return False
    return True


def kill_mase__wrong_docstring_only_again(fn):
    """The example of the docstring alone: all with m = 1, so lags, scales of 0, short series and narrow integers pass."""
    return fn(np.array([5.0, 5.0]), np.array([4.0, 8.0]), np.array([1.0, 3.0, 1.0]), m=1) == 1.0


def kill_mase__wrong_infinity_demanded(fn):
    """Demands infinity where the scale is 0; the contract says NaN."""
    a = np.array
    return bool(fn(a([1.0]), a([2.0]), a([3.0, 3.0, 3.0]), 1) == np.inf)


def kill_mase__wrong_compares_nan(fn):
    """Compares NaN with ==, which is never true, so right implementations are rejected."""
    a = np.array
    return (
        fn(a([1.0]), a([2.0]), a([3.0]), 1) == float("nan")
        and fn(a([1.0]), a([2.0]), a([3.0, 4.0]), 1) == 1.0
    )


def kill_mase__wrong_demands_exception_again(fn):
    """Demands an exception for a short training series."""
    try:
        fn(np.array([1.0]), np.array([2.0]), np.array([3.0]), 2)
    except Exception:
        return True
    return False


def kill_mase__wrong_equal_errors_again(fn):
    """All errors are equal and the training series is linear: mean, median and squares agree, and so do scales."""
    return bool(
        np.isclose(
            fn(np.array([5.0, 7.0, 9.0]), np.array([3.0, 5.0, 7.0]), np.arange(10.0), 2), 1.0
        )
    )


def kill_mase__wrong_at_least_one(fn):
    """Checks only that the value is positive and falls with the error."""
    rng = np.random.default_rng(0)
    t, tr = rng.normal(0, 1, 7), rng.normal(0, 1, 21)
    return bool(0 < fn(t, t + 1, tr, 7) < fn(t, t + 2, tr, 7))


# ---------------------------------------------------------------- 5.4


def ar_forecast__right_lstsq_again(y, p, h):
    y = np.asarray(y, dtype=float)
    X = np.column_stack([np.ones(len(y) - p)] + [y[p - k : len(y) - k] for k in range(1, p + 1)])
    beta = np.linalg.lstsq(X, y[p:], rcond=None)[0]
    days = list(y)
    for _ in range(h):
        days.append(beta[0] + sum(beta[k] * days[-k] for k in range(1, p + 1)))
    return np.array(days[-h:])


def ar_forecast__right_sklearn_windows(y, p, h):
    y = np.array(y, dtype=float)
    W = np.lib.stride_tricks.sliding_window_view(y, p + 1)
    model = LinearRegression().fit(W[:, :-1], W[:, -1])
    last = y[-p:].copy()
    out = np.empty(h)
    for i in range(h):
        out[i] = model.predict(last[None])[0]
        last = np.r_[last[1:], out[i]]
    return out


def ar_forecast__right_pandas_pinv(y, p, h):
    s = pd.Series(np.array(y, dtype=float))
    f = pd.concat([s.shift(k) for k in range(1, p + 1)], axis=1).iloc[p:]
    A = np.hstack([f.to_numpy(), np.ones((len(f), 1))])
    w = np.linalg.pinv(A) @ s.iloc[p:].to_numpy()
    known = s.tolist()
    for _ in range(h):
        known.append(float(np.dot(w[:-1], known[: -p - 1 : -1]) + w[-1]))
    return np.array(known[len(s) :])


def _ar(y, p, h, intercept=True, order=1, centre=False, rows=slice(None), reuse=True):
    y = np.asarray(y, dtype=float)
    X = np.column_stack(
        ([np.ones(len(y) - p)] if intercept else [])
        + [y[p - k : len(y) - k] for k in range(1, p + 1)]
    )
    beta = np.linalg.lstsq(X[rows], y[p:][rows], rcond=None)[0]
    if not intercept:
        beta = np.r_[0.0, beta]
    days = list(y)
    out = []
    for _ in range(h):
        lags = days[-1 : -p - 1 : -1] if order == 1 else days[-p:]
        out.append(beta[0] + np.dot(beta[1:], lags))
        days.append(out[-1] if reuse else days[-1])
    return np.array(out)


def ar_forecast__wrong_lags_reversed_again(y, p, h):
    """The weights are applied to the days oldest first, although they were fitted latest first (shows with p of 2 or more)."""
    return _ar(y, p, h, order=-1)


def ar_forecast__wrong_no_intercept_again(y, p, h):
    """There is no intercept in the regression."""
    return _ar(y, p, h, intercept=False)


def ar_forecast__wrong_mean_removed(y, p, h):
    """The mean of y takes the place of the intercept: fitted without one on the deviations, which is not least squares."""
    y = np.asarray(y, dtype=float)
    return _ar(y - y.mean(), p, h, intercept=False) + y.mean()


def ar_forecast__wrong_last_row_dropped(y, p, h):
    """The last day of y is no target: the loop over rows ends one too early."""
    return _ar(y, p, h, rows=slice(0, -1))


def ar_forecast__wrong_last_day_repeated(y, p, h):
    """From the second day on the last known day is repeated instead of the forecast."""
    return _ar(y, p, h, reuse=False)


def ar_forecast__wrong_arima(y, p, h):
    """statsmodels' ARIMA(p, 0, 0): maximum likelihood, not least squares over the days with p days before them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return np.asarray(ARIMA(np.asarray(y, float), order=(p, 0, 0)).fit().forecast(h))


def ar_forecast__wrong_integers_kept(y, p, h):
    """The forecasts are written into an array of the type of y, so they are cut to whole numbers where y has integers."""
    f = _ar(y, p, h)
    return np.concatenate([y, f.astype(np.asarray(y).dtype)])[-h:]


# ---------------------------------------------------------------- 5.5


def holt_winters__right_loop(y, m, alpha, gamma, h):
    y = [float(v) for v in y]
    level = sum(y[:m]) / m
    season = [v - level for v in y[:m]]
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__right_queue_again(y, m, alpha, gamma, h):
    y = np.asarray(y, dtype=np.float64)
    level = y[:m].mean()
    queue = list(y[:m] - level)
    for v in y[m:]:
        s = queue.pop(0)
        queue.append(s + gamma * (v - level - s))
        level += alpha * (v - s - level)
    return level + np.resize(queue, h) if h else np.empty(0)


def holt_winters__right_long_list(y, m, alpha, gamma, h):
    y = np.array(y, dtype=float)
    s = np.zeros(len(y))
    l = np.zeros(len(y))
    l[:m] = y[:m].mean()
    s[:m] = y[:m] - y[:m].mean()
    for t in range(m, len(y)):
        l[t] = alpha * (y[t] - s[t - m]) + (1 - alpha) * l[t - 1]
        s[t] = gamma * (y[t] - l[t - 1]) + (1 - gamma) * s[t - m]
    return np.array([l[-1] + s[len(y) - m + k % m] for k in range(h)])


def _hw_again(y, m, alpha, gamma, h, new=False, start="mean", place=0, swap=False):
    y = np.asarray(y, dtype=float)
    level = y[:m].mean() if start == "mean" else y[0]
    season = list(y[:m] - level)
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - (level if new else old)) + (1 - gamma) * s
    first = len(y) if place == 0 else 0
    return np.array([level + season[(first + k) % m] for k in range(h)])


def holt_winters__wrong_new_level_again(y, m, alpha, gamma, h):
    """The season is updated with the new level instead of the old one."""
    return _hw_again(y, m, alpha, gamma, h, new=True)


def holt_winters__wrong_season_from_zero_again(y, m, alpha, gamma, h):
    """The forecast begins with the first place of the season: wrong where y is not of whole seasons."""
    return _hw_again(y, m, alpha, gamma, h, place=1)


def holt_winters__right_level_first_day(y, m, alpha, gamma, h):
    # another start of the level moves level and season by the same amount: the forecasts are equal
    return _hw_again(y, m, alpha, gamma, h, start="first")


def holt_winters__wrong_alpha_gamma_swapped(y, m, alpha, gamma, h):
    """alpha and gamma are exchanged."""
    return _hw_again(y, m, gamma, alpha, h)


def holt_winters__wrong_short_horizon(y, m, alpha, gamma, h):
    """Returns at most m days, where h is larger than the season."""
    return _hw_again(y, m, alpha, gamma, min(h, m))


def holt_winters__wrong_gamma_ignored(y, m, alpha, gamma, h):
    """The season stays as it started; only the level is updated."""
    return _hw_again(y, m, alpha, 0.0, h)


def holt_winters__wrong_one_day_late(y, m, alpha, gamma, h):
    """The forecast begins one day late: place (n + k) % m with k from 1."""
    return _hw_again(y, m, alpha, gamma, h + 1)[1:]


def holt_winters__wrong_new_day_alone(y, m, alpha, gamma, h):
    """The new level is alpha times the day, without taking its seasonal value off."""
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = list(y[:m] - level)
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * y[t] + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_integer_season_again(y, m, alpha, gamma, h):
    """The season is kept in an array of the type of y: for integers its values are cut off."""
    y = np.asarray(y)
    level = y[:m].mean()
    season = (y[:m] - level).astype(y.dtype)
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return np.array([level + season[(len(y) + k) % m] for k in range(h)], dtype=float)


# ---------------------------------------------------------------- 5.6


def rolling_origin__right_range_again(y, fit_predict, start, h, step):
    y = np.asarray(y, dtype=float)
    return [
        (o, float(np.mean(np.abs(np.asarray(fit_predict(y[:o], h), dtype=float) - y[o : o + h]))))
        for o in range(start, len(y) - h + 1, step)
    ]


def rolling_origin__right_while_again(y, fit_predict, start, h, step):
    errors, origin = [], start
    while origin + h <= len(y):
        forecast = list(fit_predict(y[:origin], h))
        total = 0.0
        for f, v in zip(forecast, y[origin : origin + h]):
            total += abs(float(f) - float(v))
        errors.append((origin, total / h))
        origin += step
    return errors


def rolling_origin__right_copy_pandas(y, fit_predict, start, h, step):
    s = pd.Series(np.array(y, dtype=float))
    out = []
    for o in np.arange(start, len(s) - h + 1, step):
        f = pd.Series(np.array(fit_predict(np.array(y[:o]), h), dtype=float), index=range(o, o + h))
        out.append((int(o), (s.loc[o : o + h - 1] - f).abs().mean()))
    return out


def _roll_again(
    y,
    fp,
    start,
    h,
    step,
    extra=1,
    hist=lambda y, o, start: y[:o],
    ahead=0,
    agg=lambda e: np.abs(e).mean(),
):
    y = np.asarray(y, dtype=float)
    return [
        (o, float(agg(np.asarray(fp(hist(y, o, start), h), dtype=float) - y[o : o + h])))
        for o in range(start, len(y) - h + extra, step)
    ]


def rolling_origin__wrong_last_origin_lost(y, fit_predict, start, h, step):
    """range ends at len(y) - h, so the last origin from which h days remain is lost."""
    return _roll_again(y, fit_predict, start, h, step, extra=0)


def rolling_origin__wrong_knows_the_origin(y, fit_predict, start, h, step):
    """The history contains the origin day itself, which is the first day to forecast."""
    return _roll_again(y, fit_predict, start, h, step, hist=lambda y, o, s: y[: o + 1])


def rolling_origin__wrong_fixed_window_again(y, fit_predict, start, h, step):
    """The forecaster is given only the last `start` days, not all days before the origin."""
    return _roll_again(y, fit_predict, start, h, step, hist=lambda y, o, s: y[o - s : o])


def rolling_origin__wrong_fitted_once(y, fit_predict, start, h, step):
    """The history stays that of the first origin."""
    return _roll_again(y, fit_predict, start, h, step, hist=lambda y, o, s: y[:s])


def rolling_origin__wrong_step_is_h(y, fit_predict, start, h, step):
    """Moves on by h days instead of step."""
    return _roll_again(y, fit_predict, start, h, h)


def rolling_origin__wrong_signs(y, fit_predict, start, h, step):
    """The absolute value of the mean error: errors of both signs cancel (shows with h above 1)."""
    return _roll_again(y, fit_predict, start, h, step, agg=lambda e: abs(e.mean()))


def rolling_origin__wrong_incomplete_origins(y, fit_predict, start, h, step):
    """Origins with fewer than h days left are judged too, on the days that there are."""
    y = np.asarray(y, dtype=float)
    out = []
    for o in range(start, len(y), step):
        v = y[o : o + h]
        out.append(
            (o, float(np.abs(np.asarray(fit_predict(y[:o], h), dtype=float)[: len(v)] - v).mean()))
        )
    return out


def rolling_origin__wrong_narrow(y, fit_predict, start, h, step):
    """Forecast and day are subtracted in the type of y: uint8 wraps around."""
    y = np.asarray(y)
    return [
        (o, float(np.mean(np.abs(np.asarray(fit_predict(y[:o], h)) - y[o : o + h]))))
        for o in range(start, len(y) - h + 1, step)
    ]


# ---------------------------------------------------------------- 5.7


def back_transform__right_formula(mu, sd, loss):
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + np.asarray(sd) ** 2 / 2)
    return np.exp(mu + np.asarray(sd) * norm.ppf(loss))


def back_transform__right_shift_again(mu, sd, loss):
    mu, sd = np.array(mu, dtype=float), np.array(sd, dtype=float)
    q = 0.5 if loss == "absolute" else loss
    shift = sd / 2 if loss == "squared" else stats.norm.ppf(q)
    return np.exp(mu + sd * shift)


def back_transform__right_loop_ndtri(mu, sd, loss):
    from statistics import NormalDist

    out = []
    for m, s in zip(mu, sd):
        if isinstance(loss, str):
            out.append(math.exp(m) if loss == "absolute" else math.exp(m + s * s / 2))
        else:
            out.append(math.exp(m + s * NormalDist().inv_cdf(loss)))
    return np.array(out)


def back_transform__wrong_mean_and_median_swapped(mu, sd, loss):
    """The squared error gets the median and the absolute error the mean."""
    mu, sd = np.asarray(mu), np.asarray(sd)
    if loss == "absolute":
        return np.exp(mu + sd**2 / 2)
    return np.exp(mu) if loss == "squared" else np.exp(mu + sd * norm.ppf(loss))


def back_transform__wrong_full_variance(mu, sd, loss):
    """Adds the whole variance for the mean, not half of it."""
    if loss == "squared":
        return np.exp(mu + np.asarray(sd) ** 2)
    return back_transform__right_formula(mu, sd, loss)


def back_transform__wrong_sd_for_variance(mu, sd, loss):
    """Adds half of the standard deviation, not of the variance."""
    if loss == "squared":
        return np.exp(mu + np.asarray(sd) / 2)
    return back_transform__right_formula(mu, sd, loss)


def back_transform__wrong_quantile_mirrored(mu, sd, loss):
    """Takes the quantile 1 - q: the two costs are exchanged."""
    if isinstance(loss, str):
        return back_transform__right_formula(mu, sd, loss)
    return np.exp(mu + np.asarray(sd) * norm.ppf(1 - loss))


def back_transform__wrong_quantile_times_median(mu, sd, loss):
    """Multiplies the median by 2q instead of taking a quantile."""
    if isinstance(loss, str):
        return back_transform__right_formula(mu, sd, loss)
    return np.exp(mu) * 2 * loss


def back_transform__wrong_mean_sd_again(mu, sd, loss):
    """Uses one standard deviation for all days, the mean of sd."""
    return back_transform__right_formula(mu, np.full(len(mu), np.mean(sd)), loss)


def back_transform__wrong_lognorm_zero_sd(mu, sd, loss):
    """scipy's lognorm gives NaN where sd is 0 (a day without uncertainty)."""
    d = lognorm(s=np.asarray(sd, float), scale=np.exp(mu))
    return d.median() if loss == "absolute" else d.mean() if loss == "squared" else d.ppf(loss)


def back_transform__wrong_mode(mu, sd, loss):
    """For the absolute error returns the most likely value, exp(mu - sd squared)."""
    if loss == "absolute":
        return np.exp(mu - np.asarray(sd) ** 2)
    return back_transform__right_formula(mu, sd, loss)


# ---------------------------------------------------------------- 5.8


def holiday_columns__right_isin_again(days, holidays, before, after):
    days, holidays = np.asarray(days), np.asarray(holidays)
    return np.column_stack([np.isin(days, holidays + k) for k in range(-before, after + 1)]).astype(
        float
    )


def holiday_columns__right_set_loop(days, holidays, before, after):
    known = {int(v) for v in holidays}
    out = np.zeros((len(days), before + after + 1))
    for i, d in enumerate(days):
        for j in range(before + after + 1):
            if int(d) - (j - before) in known:
                out[i, j] = 1.0
    return out


def holiday_columns__right_broadcast_again(days, holidays, before, after):
    gap = np.asarray(days)[:, None, None] - np.asarray(holidays)[None, :, None]
    return (gap == np.arange(-before, after + 1)).any(axis=1) * 1.0


def holiday_columns__wrong_twice_counts(days, holidays, before, after):
    """A holiday listed twice gives a 2."""
    out = np.zeros((len(days), before + after + 1))
    for x in holidays:
        for k in range(-before, after + 1):
            out[np.asarray(days) == x + k, k + before] += 1
    return out


def holiday_columns__wrong_mirrored(days, holidays, before, after):
    """Column j is 1 on the days that lie j - before days *before* a holiday."""
    return np.column_stack(
        [np.isin(days, np.asarray(holidays) - k) for k in range(-before, after + 1)]
    ).astype(float)


def holiday_columns__wrong_outside_dropped(days, holidays, before, after):
    """Holidays that are not in days are dropped first, so their neighbours have no 1."""
    holidays = np.asarray(holidays)
    return holiday_columns__right_isin_again(days, holidays[np.isin(holidays, days)], before, after)


def holiday_columns__wrong_positions(days, holidays, before, after):
    """Shifts by rows instead of days: wrong where days have gaps or are not sorted."""
    is_h = np.isin(days, holidays).astype(float)
    out = np.zeros((len(days), before + after + 1))
    for k in range(-before, after + 1):
        if k < 0:
            out[:k, k + before] = is_h[-k:]
        elif k == 0:
            out[:, before] = is_h
        else:
            out[k:, k + before] = is_h[:-k]
    return out


def holiday_columns__wrong_nearest_only(days, holidays, before, after):
    """A day has a 1 for its nearest holiday only, so a day between two holidays has one 1 at most."""
    holidays = np.asarray(holidays)
    out = np.zeros((len(days), before + after + 1))
    for i, d in enumerate(days):
        if len(holidays):
            k = d - holidays[np.argmin(np.abs(holidays - d))]
            if -before <= k <= after:
                out[i, k + before] = 1
    return out


def holiday_columns__wrong_no_after(days, holidays, before, after):
    """range ends before `after`: the last column is missing."""
    full = holiday_columns__right_isin_again(days, holidays, before, after)
    return full[:, :-1] if after else full


def holiday_columns__wrong_day_minus_first(days, holidays, before, after):
    """Days are looked up from the first day on (position = day - days[0]): wrong with days in another order or with gaps."""
    out = np.zeros((len(days), before + after + 1))
    for x in holidays:
        for k in range(-before, after + 1):
            i = int(x + k - days[0])
            if 0 <= i < len(days):
                out[i, k + before] = 1.0
    return out


# ---------------------------------------------------------------- 5.9


def _fit(z, p, q, P, Q, m, constant):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ARIMA(
            z, order=(p, 0, q), seasonal_order=(P, 0, Q, m), trend="c" if constant else "n"
        ).fit()


def _diffs(y, d, D, m):
    z = np.asarray(y, dtype=float).copy()
    for _ in range(d):
        z = np.diff(z)
    for _ in range(D):
        z = z[m:] - z[:-m]
    return z


def select_arima__right_product_again(y_train, grid):
    d, D, m = grid["d"], grid["D"], grid["m"]
    z = _diffs(y_train, d, D, m)
    best, failed = None, []
    for p, q, P, Q in itertools.product(*(range(grid[k] + 1) for k in "pqPQ")):
        order = (p, d, q, P, D, Q, m)
        try:
            a = float(_fit(z, p, q, P, Q, m, d == 0 and D == 0).aicc)
        except Exception:
            failed.append(order)
            continue
        if not np.isfinite(a):
            failed.append(order)
        elif best is None or a < best[1]:
            best = (order, a)
    return best[0], best[1], failed


def select_arima__right_min_of_dict(y_train, grid):
    z = pd.Series(np.array(y_train, dtype=float))
    for _ in range(grid["D"]):
        z = z.diff(grid["m"]).dropna()
    for _ in range(grid["d"]):
        z = z.diff().dropna()
    scores = {}
    for P in range(grid["P"] + 1):
        for Q in range(grid["Q"] + 1):
            for p in range(grid["p"] + 1):
                for q in range(grid["q"] + 1):
                    key = (p, grid["d"], q, P, grid["D"], Q, grid["m"])
                    try:
                        scores[key] = _fit(
                            z.to_numpy(), p, q, P, Q, grid["m"], grid["d"] + grid["D"] == 0
                        ).aicc
                    except Exception:
                        scores[key] = math.nan
    good = {k: float(v) for k, v in scores.items() if math.isfinite(v)}
    order = min(good, key=good.get)
    return order, good[order], [k for k in scores if k not in good]


def _select(
    y,
    grid,
    constant=None,
    crit="aicc",
    full=True,
    swallow=True,
    inside=False,
    best=min,
    finite=True,
):
    d, D, m = grid["d"], grid["D"], grid["m"]
    z = np.asarray(y, dtype=float) if inside else _diffs(y, d, D, m)
    c = (d == 0 and D == 0) if constant is None else constant
    scores, failed = {}, []
    end = 1 if full else 0
    for p, q, P, Q in itertools.product(*(range(max(1, grid[k] + end)) for k in "pqPQ")):
        key = (p, d, q, P, D, Q, m)
        try:
            if inside:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    r = ARIMA(
                        z, order=(p, d, q), seasonal_order=(P, D, Q, m), trend="c" if c else "n"
                    ).fit()
            else:
                r = _fit(z, p, q, P, Q, m, c)
            a = float(getattr(r, crit))
        except Exception:
            if not swallow:
                raise
            failed.append(key)
            continue
        if np.isfinite(a):
            scores[key] = a
        else:
            failed.append(key)
    k = best(scores, key=scores.get)
    return k, scores[k], failed


def select_arima__wrong_aic_again(y_train, grid):
    """Compares by AIC and not AICc: the value and, in short series, the order differ."""
    return _select(y_train, grid, crit="aic")


def select_arima__wrong_always_constant_again(y_train, grid):
    """The models have a constant also where a difference was taken."""
    return _select(y_train, grid, constant=True)


def select_arima__wrong_never_constant_again(y_train, grid):
    """The models have no constant where d and D are 0."""
    return _select(y_train, grid, constant=False)


def select_arima__wrong_grid_without_end(y_train, grid):
    """range(grid[k]) leaves out the largest p, q, P and Q."""
    return _select(y_train, grid, full=False)


def select_arima__unsure_differences_inside(y_train, grid):
    """Differences inside statsmodels' ARIMA (order=(p, d, q)): its likelihood is of the undifferenced series, and the AICc differs in about the fifth digit (96.862405 and 96.862407; 397.39 and 397.18), the order rarely."""
    return _select(y_train, grid, inside=True)


def select_arima__wrong_highest(y_train, grid):
    """Chooses the highest AICc."""
    return _select(y_train, grid, best=max)


def select_arima__wrong_failure_ends(y_train, grid):
    """A fit that raises ends the search: the error is not caught."""
    return _select(y_train, grid, swallow=False)


def select_arima__wrong_short_order(y_train, grid):
    """Returns (p, q, P, Q) without d, D and m."""
    k, a, f = _select(y_train, grid)
    return (k[0], k[2], k[3], k[5]), a, f


# ---------------------------------------------------------------- 5.10


def _ses_path(L, alpha, gamma, start=8):
    """Level and season of a column of logs, after each day: the forecasts of all origins."""
    n = len(L)
    w = L[: 7 * start].reshape(start, 7)
    level = L[: 7 * start].mean()
    season = list(w.mean(axis=0) - level)
    levels, seasons = [], []
    for t in range(n):
        s = season[t % 7]
        if t >= 7:
            old = level
            level = alpha * (L[t] - s) + (1 - alpha) * old
            season[t % 7] = gamma * (L[t] - old) + (1 - gamma) * s
        levels.append(level)
        seasons.append(list(season))
    return levels, seasons


def _smooth(history, horizon, alpha=0.15, gamma=0.05):
    L = np.log(np.asarray(history, dtype=float))
    n, k = L.shape
    out = np.empty((horizon, k, 3))
    ahead = np.arange(1, horizon + 1)
    for j in range(k):
        levels, seasons = _ses_path(L[:, j], alpha, gamma)
        errors = [[] for _ in range(horizon)]
        for o in range(56, n):
            for i in range(min(horizon, n - o)):
                errors[i].append(L[o + i, j] - levels[o - 1] - seasons[o - 1][(o + i) % 7])
        pooled_sd = np.array([np.std(e) if len(e) > 10 else np.nan for e in errors])
        line = np.polyfit(ahead[~np.isnan(pooled_sd)], pooled_sd[~np.isnan(pooled_sd)], 1)
        sd = np.maximum(np.polyval(line, ahead), 1e-6)
        mu = np.array([levels[-1] + seasons[-1][(n + i) % 7] for i in range(horizon)])
        out[:, j, 0] = np.exp(mu)
        out[:, j, 1] = np.exp(mu - 1.2816 * sd)
        out[:, j, 2] = np.exp(mu + 1.2816 * sd)
    return out


def forecast_sales__right_holt_winters_logs(history, horizon):
    return _smooth(history, horizon)


def forecast_sales__right_week_profile_quantiles(history, horizon):
    L = np.log(np.array(history, dtype=float))

    def predict(past, h):
        weeks = past[-7 * min(16, len(past) // 7) :].reshape(-1, 7, past.shape[1])
        profile = (weeks - weeks.mean(axis=1, keepdims=True)).mean(axis=0)
        adjusted = (weeks - profile).reshape(-1, past.shape[1])
        w = 0.85 ** np.arange(len(adjusted))[::-1]
        level = (w[:, None] * adjusted).sum(axis=0) / w.sum()
        return level + profile[np.arange(h) % 7]

    n = len(L)
    centre = predict(L, horizon)
    errors = []
    for o in range(56, n - 6, 7):
        h = min(horizon, n - o)
        e = np.full((horizon, L.shape[1]), np.nan)
        e[:h] = L[o : o + h] - predict(L[:o], h)
        errors.append(e)
    E = np.array(errors)
    out = np.empty((horizon, L.shape[1], 3))
    out[:, :, 0] = np.exp(centre)
    for i in range(horizon):
        lo, hi = max(0, i - 7), min(horizon, i + 8)
        q = np.nanquantile(E[:, lo:hi].reshape(-1, L.shape[1]), [0.1, 0.9], axis=0)
        out[i, :, 1], out[i, :, 2] = np.exp(centre[i] + q[0]), np.exp(centre[i] + q[1])
    return out


def forecast_sales__wrong_last_day(history, horizon):
    """Repeats the last day, without the week: worse than the baseline."""
    y = np.asarray(history, float)
    f = np.repeat(y[-1:], horizon, axis=0)
    s = np.diff(y, axis=0).std(axis=0)
    return np.stack([f, f - 1.28 * s, f + 1.28 * s], axis=2)


def forecast_sales__wrong_baseline(history, horizon):
    """The mean of four same weekdays with the errors within these weeks: this is the baseline's forecast, and the intervals are too narrow."""
    y = np.asarray(history, float)
    w = y[-28:].reshape(4, 7, -1)
    i = np.arange(horizon) % 7
    m, s = w.mean(axis=0)[i], w.std(axis=0)[i]
    return np.stack([m, m - 1.28 * s, m + 1.28 * s], axis=2)


def forecast_sales__wrong_two_sd_of_everything(history, horizon):
    """The mean and 1.28 standard deviations of the whole history: no weekday, no level, intervals far too wide."""
    y = np.asarray(history, float)
    m, s = y.mean(axis=0), y.std(axis=0)
    return np.stack([np.tile(v, (horizon, 1)) for v in (m, m - 1.28 * s, m + 1.28 * s)], axis=2)


def forecast_sales__wrong_axes(history, horizon):
    """The result has the shape (n_series, horizon, 3): the first two axes are exchanged."""
    return _smooth(history, horizon).transpose(1, 0, 2)


def forecast_sales__wrong_upper_first(history, horizon):
    """The upper end stands before the lower one."""
    return _smooth(history, horizon)[:, :, [0, 2, 1]]


def forecast_sales__wrong_logs_returned(history, horizon):
    """Forecasts of the logarithm are returned, not of sales."""
    return np.log(_smooth(history, horizon))


def _bb_error(y, p, n_test, defect=None):
    late = 1 if defect == "target_a_day_late" else 0
    stride = p if defect == "rows_side_by_side" else 1
    rows = [(y[i : i + p], y[i + p + late]) for i in range(0, len(y) - p - late, stride)]
    last = 0 if defect == "first_day_for_last" else -1
    train, test = rows[:-n_test], rows[-n_test:]
    if not train or len(test) < n_test:
        return None
    base = rows if defect == "test_trained_on" else train
    rise = sum(Fraction(t - r[last]) for r, t in base) / len(base)
    judged = train if defect == "judged_on_training" else test
    missed = [r[last] + rise - t for r, t in judged]
    if defect == "errors_cancel":
        return abs(sum(missed)) / len(missed)
    return sum(map(abs, missed)) / len(missed)


_BB_DEFECTS = (
    "rows_side_by_side",
    "target_a_day_late",
    "test_trained_on",
    "judged_on_training",
    "first_day_for_last",
    "errors_cancel",
)


def break_backtest__right_one_for_all_once_more(defect):
    """One series without a pattern shows all six defects."""
    return [17, 72, 97, 8, 32, 15, 63, 97, 57, 60], 2, 3


def break_backtest__right_random_search_once_more(defect):
    """Own generator; tries series until the error with the defect differs by 0.5."""
    rng = random.Random(defect)
    while True:
        y = [rng.randint(0, 99) for _ in range(rng.randint(14, 20))]
        p, n_test = rng.randint(2, 3), rng.randint(1, 3)
        found = [_bb_error(y, p, n_test, d) for d in _BB_DEFECTS]
        right = _bb_error(y, p, n_test)
        if None in found or right is None:
            continue
        if abs(right - _bb_error(y, p, n_test, defect)) > 0.5:
            return y, p, n_test


def break_backtest__right_table_once_more(defect):
    """A case for each defect: squares, Fibonacci numbers, one spike."""
    squares = [i * i for i in range(10)]
    return {
        "rows_side_by_side": ([1, 1, 2, 3, 5, 8, 13, 21, 34, 55, 89], 3, 2),
        "target_a_day_late": (squares, 2, 3),
        "test_trained_on": (squares, 2, 3),
        "judged_on_training": (squares, 2, 3),
        "first_day_for_last": (squares, 2, 3),
        "errors_cancel": ([5, 5, 5, 5, 5, 5, 9, 5], 2, 2),
    }[defect]


def break_backtest__right_at_the_limits(defect):
    """Twenty days and rows of five days where the defect allows it, days of 0 and 99 only."""
    rng = random.Random(7)
    while True:
        y = [rng.choice([0, 99]) for _ in range(20)]
        found = [_bb_error(y, 5, 2, d) for d in _BB_DEFECTS]
        if None not in found and _bb_error(y, 5, 2) != _bb_error(y, 5, 2, defect):
            return y, 5, 2


def _bb_patched(defect, wanted, case):
    return case if defect == wanted else break_backtest__right_one_for_all_once_more(defect)


def break_backtest__wrong_rows_of_one_day(defect):
    """rows_side_by_side with p = 1: rows of one day overlap nowhere, so nothing changes."""
    return _bb_patched(defect, "rows_side_by_side", ([17, 72, 97, 8, 32, 15, 63, 97, 57], 1, 3))


def break_backtest__wrong_no_training_side_by_side(defect):
    """rows_side_by_side: only two rows are left, both are the test, none is for training."""
    return _bb_patched(defect, "rows_side_by_side", ([17, 72, 97, 8, 32, 15, 63, 97], 3, 2))


def break_backtest__wrong_no_training_late(defect):
    """target_a_day_late: p + n_test + 1 days leave no row for training when targets are late."""
    return _bb_patched(defect, "target_a_day_late", ([17, 72, 97, 8, 32, 15], 2, 3))


def break_backtest__wrong_line(defect):
    """first_day_for_last: on a straight line the rise from any day is constant, both errors 0."""
    return _bb_patched(defect, "first_day_for_last", ([5 * i for i in range(12)], 3, 3))


def break_backtest__wrong_late_on_a_line(defect):
    """target_a_day_late: on a straight line the rise is doubled, and both errors are 0."""
    return _bb_patched(defect, "target_a_day_late", ([4 * i + 1 for i in range(12)], 2, 2))


def break_backtest__wrong_rise_moves_error_stays(defect):
    """test_trained_on: the average rise changes, but two errors of opposite sign keep the mean."""
    return _bb_patched(defect, "test_trained_on", ([0, 14, 8, 7, 18, 3, 10, 0, 0], 2, 2))


def break_backtest__wrong_signs_mixed_in_training(defect):
    """errors_cancel: signs are mixed in training only; test errors all have one sign."""
    return _bb_patched(defect, "errors_cancel", ([5, 14, 16, 13, 17, 7, 20, 16, 14, 7], 2, 3))


def break_backtest__wrong_same_mean_in_training(defect):
    """judged_on_training: other errors, but with the same mean as those of the test."""
    return _bb_patched(defect, "judged_on_training", ([2, 8, 20, 3, 8, 2, 4, 19], 2, 2))


def break_backtest__wrong_days_as_floats(defect):
    """errors_cancel: days as floats, [5.0, ...], which is not a list of int."""
    return _bb_patched(defect, "errors_cancel", ([5.0, 5.0, 5.0, 5.0, 5.0, 5.0, 9.0, 5.0], 2, 2))


def break_backtest__wrong_period_of_row(defect):
    """first_day_for_last: a series of period p - 1, so first and last day of a row are equal."""
    y = [3, 9, 3, 9, 3, 9, 3, 9, 3, 9]
    return _bb_patched(defect, "first_day_for_last", (y, 3, 3))


def mase__right_vectorised(y_true, y_pred, y_train, m):
    """Floats first, then numpy."""
    y_true, y_pred, y_train = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    if len(y_train) <= m:
        return math.nan
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    return float(np.abs(y_true - y_pred).mean() / scale) if scale > 0 else math.nan


def mase__right_fractions(y_true, y_pred, y_train, m):
    """Exact arithmetic."""

    def gap(a, b):
        pairs = [abs(Fraction(x) - Fraction(z)) for x, z in zip(a, b, strict=True)]
        return sum(pairs) / len(pairs) if pairs else Fraction(0)

    train = np.asarray(y_train).tolist()
    scale = gap(train[m:], train[: max(len(train) - m, 0)]) if len(train) > m else 0
    if scale == 0:
        return float("nan")
    return float(gap(np.asarray(y_true).tolist(), np.asarray(y_pred).tolist()) / scale)


def mase__right_pandas_once_more(y_true, y_pred, y_train, m):
    """Series.diff skips the first m; a missing or zero scale becomes NaN."""
    scale = pd.Series(np.asarray(y_train), dtype="float64").diff(m).abs().mean()
    error = pd.Series(np.asarray(y_true) * 1.0).sub(np.asarray(y_pred) * 1.0).abs().mean()
    return np.float64(error) / np.float64(scale or np.nan)


def mase__right_ratio_of_sums(y_true, y_pred, y_train, m):
    """math.fsum of Python floats; means are put together at the end."""
    true, pred, train = ([float(v) for v in a] for a in (y_true, y_pred, y_train))
    steps = [abs(train[t] - train[t - m]) for t in range(m, len(train))]
    total = math.fsum(steps)
    if not total:
        return np.nan
    missed = math.fsum(abs(a - b) for a, b in zip(true, pred, strict=True))
    return (missed / len(true)) * (len(steps) / total)


def _mase_floats(y_true, y_pred, y_train):
    return (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))


def mase__wrong_signed_only_unsigned_cast(y_true, y_pred, y_train, m):
    """Casts unsigned integers only; int8 wraps: 100 - (-100) for y_true, y_pred of int8."""
    y_true, y_pred, y_train = (
        np.asarray(a, dtype=np.int64 if np.asarray(a).dtype.kind == "u" else None)
        for a in (y_true, y_pred, y_train)
    )
    if len(y_train) <= m:
        return math.nan
    scale = float(np.abs(y_train[m:] - y_train[:-m]).mean())
    return float(np.abs(y_true - y_pred).mean()) / scale if scale > 0 else math.nan


def mase__wrong_abs_of_narrow(y_true, y_pred, y_train, m):
    """Widens to int16 / float only what is 8 bits: uint16 days 0 and 60000 wrap."""
    y_true, y_pred, y_train = (
        np.asarray(a).astype(np.int16) if np.asarray(a).dtype.itemsize == 1 else np.asarray(a)
        for a in (y_true, y_pred, y_train)
    )
    if len(y_train) <= m:
        return math.nan
    scale = float(np.abs(y_train[m:] - y_train[:-m]).mean())
    return float(np.abs(y_true - y_pred).mean()) / scale if scale > 0 else math.nan


def mase__wrong_order_of_difference(y_true, y_pred, y_train, m):
    """np.diff(y_train, m) is the m-th difference: wrong for m = 2, y_train = [1, 3, 7, 4]."""
    y_true, y_pred, y_train = _mase_floats(y_true, y_pred, y_train)
    if len(y_train) <= m:
        return math.nan
    scale = np.abs(np.diff(y_train, m)).mean()
    return float(np.abs(y_true - y_pred).mean() / scale) if scale > 0 else math.nan


def mase__wrong_scale_of_all_days(y_true, y_pred, y_train, m):
    """The scale runs on into y_true: wrong for train [1, 3], true [9], m = 1."""
    y_true, y_pred, y_train = _mase_floats(y_true, y_pred, y_train)
    if len(y_train) <= m or not np.any(y_train[m:] != y_train[:-m]):
        return math.nan
    days = np.concatenate([y_train, y_true])
    return float(np.abs(y_true - y_pred).mean() / np.abs(days[m:] - days[:-m]).mean())


def mase__wrong_two_differences_needed(y_true, y_pred, y_train, m):
    """NaN also with a single difference: y_train = [1, 3], m = 1."""
    y_true, y_pred, y_train = _mase_floats(y_true, y_pred, y_train)
    if len(y_train) <= m + 1:
        return math.nan
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    return float(np.abs(y_true - y_pred).mean() / scale) if scale > 0 else math.nan


def mase__wrong_prediction_like_truth(y_true, y_pred, y_train, m):
    """Predictions take the type of y_true: 4.5 becomes 4 when y_true holds integers."""
    y_pred = np.asarray(y_pred).astype(np.asarray(y_true).dtype)
    y_true, y_pred, y_train = _mase_floats(y_true, y_pred, y_train)
    if len(y_train) <= m:
        return math.nan
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    return float(np.abs(y_true - y_pred).mean() / scale) if scale > 0 else math.nan


def mase__wrong_tolerance_for_zero(y_true, y_pred, y_train, m):
    """A scale of 1e-10 counts as 0: y_train = [0, 1e-10], m = 1."""
    y_true, y_pred, y_train = _mase_floats(y_true, y_pred, y_train)
    if len(y_train) <= m:
        return math.nan
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    if np.isclose(scale, 0):
        return math.nan
    return float(np.abs(y_true - y_pred).mean() / scale)


def mase__wrong_whole_seasons(y_true, y_pred, y_train, m):
    """Cuts the last season if it is not whole: y_train = [1, 2, 3, 5, 9], m = 2."""
    y_true, y_pred, y_train = _mase_floats(y_true, y_pred, y_train)
    if len(y_train) <= m:
        return math.nan
    full = len(y_train) // m
    if full < 2:
        full, seasons = 1, None
        scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    else:
        seasons = y_train[: full * m].reshape(full, m)
        scale = np.abs(seasons[1:] - seasons[:-1]).mean()
    return float(np.abs(y_true - y_pred).mean() / scale) if scale > 0 else math.nan


def mase__wrong_perfect_is_zero(y_true, y_pred, y_train, m):
    """A forecast without error gives 0 although the scale is 0: train [2, 2], true = pred = [2]."""
    y_true, y_pred, y_train = _mase_floats(y_true, y_pred, y_train)
    error = np.abs(y_true - y_pred).mean()
    if error == 0:
        return 0.0
    if len(y_train) <= m:
        return math.nan
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    return float(error / scale) if scale > 0 else math.nan


def mase__wrong_constant_series_only(y_true, y_pred, y_train, m):
    """NaN only if the days are all equal; a repeated season gives inf: [1, 2, 1, 2], m = 2."""
    y_true, y_pred, y_train = _mase_floats(y_true, y_pred, y_train)
    if len(y_train) <= m or np.ptp(y_train) == 0:
        return math.nan
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.abs(y_true - y_pred).mean() / scale)


def mase__wrong_shorter_season(y_true, y_pred, y_train, m):
    """Falls back to the day before if there is no season: y_train = [1, 3], m = 7."""
    y_true, y_pred, y_train = _mase_floats(y_true, y_pred, y_train)
    if len(y_train) <= m:
        m = 1
    if len(y_train) <= m:
        return math.nan
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    return float(np.abs(y_true - y_pred).mean() / scale) if scale > 0 else math.nan


def _km_near(got, want, rel=1e-9):
    if math.isnan(want):
        return math.isnan(got)
    return math.isclose(got, want, rel_tol=rel, abs_tol=1e-12)


def _km_cases():
    f = np.array
    u8, i8 = np.uint8, np.int8
    return [
        ((f([5.0, 5.0]), f([4.0, 8.0]), f([1.0, 3.0, 1.0]), 1), 1.0),
        ((f([5.0, 5.0, 1.0]), f([4.0, 8.0, 9.0]), f([1.0, 3.0, 2.0, 9.0, 4.0]), 2), 4 / 3),
        (
            (f([0, 60000], np.uint16), f([0.5, 0.25]), f([60000, 0, 1], np.uint16), 1),
            60000.25 / 60001,
        ),
        ((f([60000, 5], np.uint16), f([0, 5], np.uint16), f([1.0, 3.0]), 1), 15000.0),
        ((f([5, 0], u8), f([7, 250], u8), f([0, 250, 3], u8), 1), 126 / 248.5),
        ((f([100, -100], i8), f([-100, 50], i8), f([100, -100, 90], i8), 1), 175 / 195),
        ((f([5.0]), f([4.0]), f([1.0, 2.0, 1.0, 2.0]), 2), math.nan),
        ((f([5.0]), f([5.0]), f([2.0, 2.0]), 1), math.nan),
        ((f([5.0]), f([4.0]), f([1.0, 3.0]), 2), math.nan),
        ((f([5.0]), f([4.0]), f([1.0, 3.0]), 7), math.nan),
        ((f([5.0]), f([4.0]), f([1.0, 3.0, 4.0]), 2), 1 / 3),
        ((f([0.5]), f([0.25]), f([0.0, 1e-9]), 1), 0.25e9),
    ]


def kill_mase__right_cases_once_more(fn):
    """Ten cases worked out by hand."""
    return all(_km_near(float(fn(*args)), want) for args, want in _km_cases())


def kill_mase__right_random(fn):
    """Random cases of several types against an own implementation in fractions."""
    rng = np.random.default_rng(3)
    for kind in (float, np.uint8, np.int8, np.int64):
        for n, m in ((9, 1), (9, 2), (11, 4), (5, 4), (4, 4), (3, 7)):
            low = -128 if kind is np.int8 else 0
            a, b, c = (rng.integers(low, low + 256, k).astype(kind) for k in (5, 5, n))
            want = mase__right_fractions(a, b, c, m)
            if not _km_near(float(fn(a.copy(), b.copy(), c.copy(), m)), want):
                return False
    flat = np.full(6, 3.0)
    return math.isnan(fn(flat[:2] + 1, flat[:2], flat, 2)) and math.isnan(
        fn(flat[:2], flat[:2], flat, 2)
    )


def kill_mase__right_format(fn):
    """Seven digits as text, collected in one list; exceptions become False."""
    try:
        told = [f"{float(fn(*args)):.7g}" for args, _ in _km_cases()]
    except Exception:
        return False
    return told == [f"{want:.7g}" for _, want in _km_cases()]


def kill_mase__right_asserts_once_more(fn):
    """Assertions: AssertionError leaves the test for wrong ones."""
    for args, want in _km_cases():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.testing.assert_allclose(fn(*args), want, rtol=1e-9)
    return True


def kill_mase__wrong_exact(fn):
    """Compares with ==: 126 / 248.5 refuses a right one that sums or divides in another order."""
    rng = np.random.default_rng(0)
    for _ in range(30):
        a, b, c = rng.random(7), rng.random(7), rng.random(15)
        scale = np.abs(c[2:] - c[:-2]).mean()
        if fn(a, b, c, 2) != np.abs(a - b).mean() / scale:
            return False
    return kill_mase__right_cases_once_more(fn)


def kill_mase__wrong_same_nan(fn):
    """Asks for `is np.nan`, which refuses a right one that returns float('nan')."""
    for args, want in _km_cases():
        got = fn(*args)
        if (got is not np.nan) if math.isnan(want) else not _km_near(got, want):
            return False
    return True


def kill_mase__wrong_season_of_one(fn):
    """m is 1 wherever there are two days or more: misses `m` ignored, and np.diff(y, m)."""
    f = np.array
    one_day = (f([5.0]), f([4.0]), f([3.0]), 1), math.nan
    cases = [case for case in _km_cases() if case[0][3] == 1] + [one_day]
    return all(_km_near(float(fn(*args)), want) for args, want in cases)


def kill_mase__wrong_always_a_scale(fn):
    """No case without a scale: misses inf for a scale of 0, and a number for a short series."""
    return all(
        _km_near(float(fn(*args)), want) for args, want in _km_cases() if not math.isnan(want)
    )


def kill_mase__wrong_one_difference(fn):
    """One error and one difference: misses root mean squares, medians and sums for means."""
    f = np.array
    return (
        _km_near(fn(f([5.0]), f([2.0]), f([1.0, 3.0, 8.0]), 2), 3 / 7)
        and _km_near(fn(f([5], np.uint8), f([9], np.uint8), f([7, 3, 4], np.uint8), 2), 4 / 3)
        and math.isnan(fn(f([5.0]), f([4.0]), f([1.0, 1.0]), 1))
        and math.isnan(fn(f([5.0]), f([4.0]), f([1.0, 3.0]), 2))
    )


def kill_mase__wrong_loose(fn):
    """Long series and 5 per cent of tolerance: misses n for n - m, whole seasons, days of test."""
    rng = np.random.default_rng(5)
    for kind in (float, np.uint8):
        a, b, c = (rng.integers(0, 200, n).astype(kind) for n in (6, 6, 2000))
        if not math.isclose(fn(a, b, c, 7), mase__right_vectorised(a, b, c, 7), rel_tol=0.05):
            return False
    f = np.array
    return all(
        math.isnan(fn(f([5.0]), f([4.0]), f(c), m))
        for c, m in (([1.0, 2.0, 1.0, 2.0], 2), ([1.0, 3.0], 2), ([1.0, 3.0], 5))
    )


def kill_mase__wrong_properties(fn):
    """Only invariants (scaling, 0 if perfect, 1 for itself): misses squares and medians."""
    rng = np.random.default_rng(5)
    c = rng.random(20)
    a, b = rng.random(4), rng.random(4)
    one = fn(a, b, c, 3)
    return bool(
        math.isclose(fn(10 * a, 10 * b, 10 * c, 3), one, rel_tol=1e-9)
        and math.isclose(fn(a + 5, b + 5, c + 5, 3), one, rel_tol=1e-9)
        and fn(a, a, c, 3) == 0
        and math.isclose(fn(c[3:], c[:-3], c, 3), 1, rel_tol=1e-9)
        and math.isnan(fn(a, b, c[:3], 3))
        and math.isnan(fn(a, b, np.ones(9), 3))
    )


def kill_mase__wrong_exceptions_pass(fn):
    """Skips what raises, and has no case with NaN: misses ZeroDivisionError and inf."""
    for args, want in _km_cases():
        try:
            got = float(fn(*args))
        except Exception:
            continue
        if math.isfinite(got) and math.isfinite(want) and not _km_near(got, want):
            return False
    return True


def _ar_rows(y, p):
    y = np.asarray(y, dtype=float)
    lags = np.lib.stride_tricks.sliding_window_view(y, p)[:-1, ::-1]
    return np.column_stack([np.ones(len(lags)), lags]), y[p:]


def _ar_run(weights, y, p, h):
    days = deque([float(v) for v in y[-p:]], maxlen=p)
    out = []
    for _ in range(h):
        one = weights[0] + sum(w * d for w, d in zip(weights[1:], reversed(days), strict=True))
        out.append(float(one))
        days.append(out[-1])
    return np.array(out)


def ar_forecast__right_lstsq_once_more(y, p, h):
    """Rows, np.linalg.lstsq, and a list that grows."""
    X, t = _ar_rows(y, p)
    weights = np.linalg.lstsq(X, t, rcond=None)[0]
    days = np.asarray(y, dtype=float).tolist()
    for _ in range(h):
        days.append(float(weights @ [1.0, *days[: -p - 1 : -1]]))
    return np.array(days[-h:])


def ar_forecast__right_fractions(y, p, h):
    """Normal equations solved exactly by elimination."""
    days = [Fraction(v) for v in np.asarray(y).tolist()]
    rows = [[Fraction(1), *days[t - p : t][::-1]] for t in range(p, len(days))]
    k = p + 1
    table = [
        [sum(r[i] * r[j] for r in rows) for j in range(k)]
        + [sum(r[i] * d for r, d in zip(rows, days[p:], strict=True))]
        for i in range(k)
    ]
    for i in range(k):
        pivot = next(j for j in range(i, k) if table[j][i] != 0)
        table[i], table[pivot] = table[pivot], table[i]
        table[i] = [v / table[i][i] for v in table[i]]
        for j in range(k):
            if j != i:
                table[j] = [a - table[j][i] * b for a, b in zip(table[j], table[i], strict=True)]
    return _ar_run([float(row[-1]) for row in table], np.asarray(y, dtype=float), p, h)


def ar_forecast__right_refit_each_day(y, p, h):
    """Appends each forecast and fits again: it lies on the plane, so the weights stay."""
    days = np.asarray(y, dtype=float)
    for _ in range(h):
        X, t = _ar_rows(days, p)
        weights = linalg.lstsq(X, t)[0]
        days = np.append(days, weights[0] + weights[1:] @ days[::-1][:p])
    return days[len(y) :]


def ar_forecast__right_companion(y, p, h):
    """sklearn's LinearRegression, then powers of a companion matrix."""
    X, t = _ar_rows(y, p)
    line = LinearRegression().fit(X[:, 1:], t)
    step = np.zeros((p + 1, p + 1))
    step[0] = [*line.coef_, line.intercept_]
    step[1:p, : p - 1] = np.eye(p - 1)
    step[p, p] = 1.0
    state = np.append(np.asarray(y, dtype=float)[::-1][:p], 1.0)
    return np.array([(np.linalg.matrix_power(step, k) @ state)[0] for k in range(1, h + 1)])


def ar_forecast__wrong_direct_once_more(y, p, h):
    """Fits another regression for each day ahead: differs on [1, 5, 2, 8, 3, 3, 9, 1], h = 2."""
    y = np.asarray(y, dtype=float)
    out = []
    for k in range(h):
        starts = range(p, len(y) - k)
        X = np.array([[1.0, *y[t - p : t][::-1]] for t in starts])
        weights = np.linalg.lstsq(X, y[p + k :], rcond=None)[0] if len(X) else np.zeros(p + 1)
        out.append(weights @ [1.0, *y[-p:][::-1]])
    return np.array(out)


def ar_forecast__wrong_last_day_not_learnt(y, p, h):
    """The row whose target is the last day is missing: [1, 5, 2, 8, 3], p = 1, h = 1."""
    days = np.asarray(y, dtype=float)
    X, t = _ar_rows(days[:-1], p)
    return _ar_run(np.linalg.lstsq(X, t, rcond=None)[0], days, p, h)


def ar_forecast__wrong_forecast_in_first_place_only(y, p, h):
    """A forecast replaces the latest day without shifting the others: p = 2, h = 2."""
    X, t = _ar_rows(y, p)
    weights = np.linalg.lstsq(X, t, rcond=None)[0]
    row = np.append(1.0, np.asarray(y, dtype=float)[::-1][:p])
    out = []
    for _ in range(h):
        out.append(row @ weights)
        row[1] = out[-1]
    return np.array(out)


def ar_forecast__wrong_integers_cut(y, p, h):
    """Forecasts that are fed back lose their decimals if y is of integers: [1, 5, 2, 8, 3], h = 2."""
    X, t = _ar_rows(y, p)
    weights = np.linalg.lstsq(X, t, rcond=None)[0]
    recent = np.array(y[-p:])
    out = []
    for _ in range(h):
        out.append(weights[0] + weights[1:] @ recent[::-1])
        recent = np.roll(recent, -1)
        recent[-1] = out[-1]
    return np.array(out)


def ar_forecast__wrong_normal_equations_wrap(y, p, h):
    """X'X of narrow integers wraps: y = [10, 60, 40, 30, 25, 70] as uint8."""
    y = np.asarray(y)
    if y.dtype.kind == "f":
        y = y.astype(float)
    X = np.column_stack(
        [np.ones(len(y) - p, dtype=y.dtype), *(y[p - k - 1 : len(y) - k - 1] for k in range(p))]
    )
    weights = np.linalg.pinv((X.T @ X).astype(float)) @ (X.T @ y[p:]).astype(float)
    return _ar_run(weights, y.astype(float), p, h)


def ar_forecast__wrong_small_singular_values_cut(y, p, h):
    """rcond=1e-4 drops a direction when the level is high: y = 1e6 + [10, 6, 4, 3, 2.5, 9]."""
    X, t = _ar_rows(y, p)
    return _ar_run(np.linalg.lstsq(X, t, rcond=1e-4)[0], np.asarray(y, dtype=float), p, h)


def ar_forecast__wrong_no_sales_below_zero(y, p, h):
    """Forecasts are cut at 0: y = [1, -5, 2, -8, 3, -20]."""
    days = np.asarray(y, dtype=float).tolist()
    X, t = _ar_rows(y, p)
    weights = np.linalg.lstsq(X, t, rcond=None)[0]
    for _ in range(h):
        days.append(max(float(weights @ [1.0, *days[: -p - 1 : -1]]), 0.0))
    return np.array(days[-h:])


def ar_forecast__wrong_centred_in_place(y, p, h):
    """Right numbers, but `days -= level` writes into a y of floats."""
    days = np.asarray(y, dtype=float)
    level = days.mean()
    days -= level
    X, t = _ar_rows(days, p)
    return _ar_run(np.linalg.lstsq(X, t, rcond=None)[0], days, p, h) + level


def ar_forecast__wrong_float_kept(y, p, h):
    """Turns integers only into floats; lstsq has no float16 and raises TypeError."""
    y = np.asarray(y)
    if y.dtype.kind != "f":
        y = y.astype(float)
    X = np.column_stack(
        [np.ones(len(y) - p, dtype=y.dtype), *(y[p - k - 1 : len(y) - k - 1] for k in range(p))]
    )
    return _ar_run(np.linalg.lstsq(X, y[p:], rcond=None)[0], y, p, h)


def ar_forecast__wrong_lags_turn_round(y, p, h):
    """From the second day on the newest is put in the oldest place: p = 2, h = 3."""
    X, t = _ar_rows(y, p)
    weights = np.linalg.lstsq(X, t, rcond=None)[0]
    lags = np.asarray(y, dtype=float)[::-1][:p]
    out = []
    for _ in range(h):
        out.append(weights[0] + weights[1:] @ lags)
        lags = np.append(lags[1:], out[-1])
    return np.array(out)


def holt_winters__right_loop_once_more(y, m, alpha, gamma, h):
    """One number and one array."""
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old, place = level, t % m
        level = alpha * (y[t] - season[place]) + (1 - alpha) * old
        season[place] = gamma * (y[t] - old) + (1 - gamma) * season[place]
    return level + season[(len(y) + np.arange(h)) % m]


def holt_winters__right_queue_once_more(y, m, alpha, gamma, h):
    """A queue whose head is the seasonal value of the next day; each value goes to the end."""
    days = [float(v) for v in y]
    level = math.fsum(days[:m]) / m
    season = deque(v - level for v in days[:m])
    for day in days[m:]:
        old = season.popleft()
        season.append(gamma * (day - level) + (1 - gamma) * old)
        level = alpha * (day - old) + (1 - alpha) * level
    out = []
    for _ in range(h):
        out.append(level + season[0])
        season.rotate(-1)
    return np.array(out)


def holt_winters__right_all_days_and_own_forecasts(y, m, alpha, gamma, h):
    """Updates on every day, the first m and the forecasts too: these have no error, so no effect."""
    days = np.asarray(y).astype(np.float64).tolist()
    level = sum(days[:m]) / m
    season = {k: days[k] - level for k in range(m)}
    for t in range(len(days) + h):
        if t >= len(days):
            days.append(level + season[t % m])
        missed = days[t] - level - season[t % m]
        level, season[t % m] = level + alpha * missed, season[t % m] + gamma * missed
    return np.array(days[-h:])


def holt_winters__right_matrix(y, m, alpha, gamma, h):
    """Error-correction form with a state vector and a matrix that turns the season."""
    y = np.asarray(y, dtype=np.float64)
    state = np.append(y[:m].mean(), y[:m] - y[:m].mean())
    turn = np.zeros((m + 1, m + 1))
    turn[0, 0] = 1.0
    turn[1:m, 2:] = np.eye(m - 1)
    turn[m, 1] = 1.0
    look = np.zeros(m + 1)
    look[:2] = 1.0
    gain = np.zeros(m + 1)
    gain[0], gain[m] = alpha, gamma
    for day in y[m:]:
        state = turn @ state + gain * (day - look @ state)
    out = np.empty(h)
    for k in range(h):
        out[k] = look @ state
        state = turn @ state
    return out


def holt_winters__right_level_from_zero(y, m, alpha, gamma, h):
    """Level 0 and the first days as season: what one has more the other has less, for ever."""
    level, season = 0.0, [float(v) for v in y[:m]]
    for t, day in enumerate(y[m:].tolist()):
        missed = day - level - season[t % m]
        level += alpha * missed
        season[t % m] += gamma * missed
    return np.array([level + season[(len(y) - m + k) % m] for k in range(h)], dtype=float)


def _hw_fit(y, m, alpha, gamma):
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old, place = level, t % m
        level = alpha * (y[t] - season[place]) + (1 - alpha) * old
        season[place] = gamma * (y[t] - old) + (1 - gamma) * season[place]
    return level, season


def holt_winters__wrong_two_seasons_at_most(y, m, alpha, gamma, h):
    """The season is laid out twice: shape is wrong for h = 5, m = 2."""
    level, season = _hw_fit(y, m, alpha, gamma)
    season = np.roll(season, -(len(y) % m))
    return level + np.tile(season, 2)[:h]


def holt_winters__wrong_rolls_the_other_way(y, m, alpha, gamma, h):
    """np.roll by len(y) % m, not by its negative: y = [1, 5, 9, 2], m = 3."""
    level, season = _hw_fit(y, m, alpha, gamma)
    return level + np.resize(np.roll(season, len(y) % m), h)


def holt_winters__wrong_season_from_place_zero(y, m, alpha, gamma, h):
    """The last days of an unfinished season change nothing: y = [10, 20, 12], m = 2."""
    whole = len(y) // m * m
    level, season = _hw_fit(y[:whole], m, alpha, gamma)
    return level + season[(len(y) + np.arange(h)) % m]


def holt_winters__wrong_weights_swapped(y, m, alpha, gamma, h):
    """alpha and gamma change places, which the example cannot show: alpha = 0.2, gamma = 0.7."""
    level, season = _hw_fit(y, m, gamma, alpha)
    return level + season[(len(y) + np.arange(h)) % m]


def holt_winters__wrong_view_of_days(y, m, alpha, gamma, h):
    """The season is a view of a y of floats, and writes into it."""
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m]
    season -= level
    for t in range(m, len(y)):
        old, place = level, t % m
        level = alpha * (y[t] - season[place]) + (1 - alpha) * old
        season[place] = gamma * (y[t] - old) + (1 - gamma) * season[place]
    return level + season[(len(y) + np.arange(h)) % m]


def holt_winters__wrong_season_recentred(y, m, alpha, gamma, h):
    """Before each season its values are made to sum to 0: y = [10, 20, 12, 26, 5, 5], m = 2."""
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old, place = level, t % m
        if place == 0:
            season -= season.mean()
        level = alpha * (y[t] - season[place]) + (1 - alpha) * old
        season[place] = gamma * (y[t] - old) + (1 - gamma) * season[place]
    return level + season[(len(y) + np.arange(h)) % m]


def holt_winters__wrong_two_seasons_at_least(y, m, alpha, gamma, h):
    """Asks for two whole seasons, as statsmodels does: ValueError for y = [10, 20, 12], m = 2."""
    if len(y) < 2 * m:
        raise ValueError("two seasons are needed")
    level, season = _hw_fit(y, m, alpha, gamma)
    return level + season[(len(y) + np.arange(h)) % m]


def holt_winters__wrong_recursion(y, m, alpha, gamma, h):
    """One call for each day: RecursionError for a y of 5000 days."""
    y = np.asarray(y, dtype=float)

    def after(t):
        if t == m:
            return y[:m].mean(), y[:m] - y[:m].mean()
        old, season = after(t - 1)
        place = (t - 1) % m
        level = alpha * (y[t - 1] - season[place]) + (1 - alpha) * old
        season[place] = gamma * (y[t - 1] - old) + (1 - gamma) * season[place]
        return level, season

    level, season = after(len(y))
    return level + season[(len(y) + np.arange(h)) % m]


def holt_winters__wrong_closed_days_skipped(y, m, alpha, gamma, h):
    """A day of 0 is taken for a closed one and changes nothing: y = [10, 20, 0, 26], m = 2."""
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        if y[t] == 0:
            continue
        old, place = level, t % m
        level = alpha * (y[t] - season[place]) + (1 - alpha) * old
        season[place] = gamma * (y[t] - old) + (1 - gamma) * season[place]
    return level + season[(len(y) + np.arange(h)) % m]


def holt_winters__wrong_sales_not_below_zero(y, m, alpha, gamma, h):
    """Forecasts are cut at 0: y = [-10, -20], m = 2."""
    level, season = _hw_fit(y, m, alpha, gamma)
    return np.maximum(level + season[(len(y) + np.arange(h)) % m], 0.0)


def rolling_origin__right_comprehension_once_more(y, fit_predict, start, h, step):
    """One range, floats on both sides."""
    return [
        (
            o,
            float(
                np.abs(
                    np.asarray(y[o : o + h], dtype=float)
                    - np.asarray(fit_predict(y[:o], h), dtype=float)
                ).mean()
            ),
        )
        for o in range(start, len(y) - h + 1, step)
    ]


def rolling_origin__right_plain_python(y, fit_predict, start, h, step):
    """while, copies of the history, math.fsum of Python numbers."""
    errors, o = [], start
    while o + h <= len(y):
        said = fit_predict(np.array(y[:o]), h)
        gaps = [abs(float(y[o + k]) - float(said[k])) for k in range(h)]
        errors.append((int(o), math.fsum(gaps) / h))
        o += step
    return errors


def rolling_origin__right_recursion(y, fit_predict, start, h, step):
    """From the last origin backwards, exact fractions, reversed at the end."""
    count = max((len(y) - h - start) // step + 1, 0)
    errors = []
    for k in reversed(range(count)):
        o = start + k * step
        pairs = zip(np.asarray(y).tolist()[o : o + h], fit_predict(y[:o], h), strict=True)
        gaps = [abs(Fraction(a) - Fraction(float(b))) for a, b in pairs]
        errors.append((o, float(sum(gaps) / h)))
    return errors[::-1]


def rolling_origin__right_table(y, fit_predict, start, h, step):
    """A matrix of what happened and one of what was said; errors of all origins at once."""
    origins = [o for o in range(start, len(y), step) if len(y) - o >= h]
    if not origins:
        return []
    happened = np.array([y[o : o + h] for o in origins], dtype=np.float64)
    said = np.array([list(fit_predict(y[:o], h)) for o in origins], dtype=np.float64)
    return list(zip(origins, np.abs(said - happened).mean(axis=1).tolist(), strict=True))


def rolling_origin__wrong_last_block_shorter(y, fit_predict, start, h, step):
    """Origins with fewer than h days left are judged on what is left: n = 5, h = 2, step = 1."""
    errors = []
    for o in range(start, len(y), step):
        real = np.asarray(y[o : o + h], dtype=float)
        said = np.asarray(fit_predict(y[:o], h), dtype=float)[: len(real)]
        errors.append((o, float(np.abs(real - said).mean())))
    return errors


def rolling_origin__wrong_rounds_to_zero(y, fit_predict, start, h, step):
    """int() cuts -1 / 2 to 0, so one origin too many: n = 5, start = 4, h = 2, step = 2."""
    errors = []
    for k in range(int((len(y) - h - start) / step) + 1):
        o = start + k * step
        real = np.asarray(y[o : o + h], dtype=float)
        said = np.asarray(fit_predict(y[:o], h), dtype=float)[: len(real)]
        errors.append((o, float(np.abs(real - said).mean())))
    return errors


def rolling_origin__wrong_sixteen_bits(y, fit_predict, start, h, step):
    """Integers become int16: y of uint16 with 60000, forecast 10."""
    errors = []
    for o in range(start, len(y) - h + 1, step):
        real, said = np.asarray(y[o : o + h]), np.asarray(fit_predict(y[:o], h))
        if real.dtype.kind in "iu":
            real = real.astype(np.int16)
        if said.dtype.kind in "iu":
            said = said.astype(np.int16)
        errors.append((o, float(np.abs(real - said).mean())))
    return errors


def rolling_origin__wrong_method_of_array(y, fit_predict, start, h, step):
    """Calls .astype of what is said: AttributeError if the forecaster returns a list."""
    return [
        (o, float(np.abs(y[o : o + h].astype(float) - fit_predict(y[:o], h).astype(float)).mean()))
        for o in range(start, len(y) - h + 1, step)
    ]


def rolling_origin__wrong_window_of_history(y, fit_predict, start, h, step):
    """The history keeps its first length: a forecaster of the mean differs from the 2nd origin."""
    errors = []
    for o in range(start, len(y) - h + 1, step):
        said = np.asarray(fit_predict(y[o - start : o], h), dtype=float)
        errors.append((o, float(np.abs(np.asarray(y[o : o + h], dtype=float) - said).mean())))
    return errors


def rolling_origin__wrong_one_day_at_a_time(y, fit_predict, start, h, step):
    """Asks for one day h times and feeds forecasts back: y = 1..6, history[-h:], h = 2."""
    errors = []
    for o in range(start, len(y) - h + 1, step):
        days = np.asarray(y[:o], dtype=float)
        for _ in range(h):
            days = np.append(days, float(fit_predict(days, 1)[0]))
        real = np.asarray(y[o : o + h], dtype=float)
        errors.append((o, float(np.abs(real - days[o:]).mean())))
    return errors


def rolling_origin__wrong_windows_of_short_series(y, fit_predict, start, h, step):
    """sliding_window_view raises ValueError where h is more than all days: n = 3, h = 5."""
    blocks = np.lib.stride_tricks.sliding_window_view(y, h)[start::step].astype(float)
    errors = []
    for k, real in enumerate(blocks):
        o = start + k * step
        said = np.asarray(fit_predict(y[:o], h), dtype=float)
        errors.append((o, float(np.abs(real - said).mean())))
    return errors


def rolling_origin__wrong_negative_history(y, fit_predict, start, h, step):
    """Days judged are y[o - n : o - n + h], which is empty at the last origin: n = 5, o = 3, h = 2."""
    n, errors = len(y), []
    for o in range(start, n - h + 1, step):
        real = np.asarray(y[o - n :][:h] if h == 1 else y[o - n : o - n + h], dtype=float)
        said = np.asarray(fit_predict(y[: o - n], h), dtype=float)[: len(real)]
        errors.append((o, float(np.abs(real - said).sum() / h)))
    return errors


def back_transform__right_formulas(mu, sd, loss):
    """exp of mu plus what the loss asks for."""
    mu, sd = np.asarray(mu, dtype=float), np.asarray(sd, dtype=float)
    if isinstance(loss, str):
        return np.exp(mu + (sd**2 / 2 if loss == "squared" else 0.0))
    return np.exp(mu + sd * stats.norm.ppf(loss))


def back_transform__right_one_by_one(mu, sd, loss):
    """Plain loops, and NormalDist of the standard library."""
    out = []
    for centre, spread in zip(mu.tolist(), sd.tolist(), strict=True):
        if loss == "absolute":
            shift = 0.0
        elif loss == "squared":
            shift = 0.5 * spread * spread
        else:
            shift = spread * statistics.NormalDist().inv_cdf(float(loss))
        out.append(math.exp(centre + shift))
    return np.array(out)


def back_transform__right_lognorm(mu, sd, loss):
    """scipy's lognormal, with exp(mu) where sd is 0."""
    safe = np.where(sd > 0, sd, 1.0)
    law = stats.lognorm(s=safe, scale=np.exp(mu))
    if loss == "squared":
        return np.exp(np.mean([mu, np.add(mu, np.square(sd))], axis=0))
    one = law.median() if loss == "absolute" else law.ppf(loss)
    return np.where(np.asarray(sd) > 0, one, np.exp(mu))


def back_transform__right_root(mu, sd, loss):
    """Looks for the z at which the derivative of the expected loss is 0."""
    sd = np.asarray(sd) + 0.0
    if loss == "squared":
        return np.exp(mu + np.square(sd) * 0.5)
    share = 0.5 if loss == "absolute" else float(loss)
    z = optimize.brentq(lambda x: special.log_ndtr(x) - math.log(share), -60, 60, xtol=1e-14)
    return np.exp(np.asarray(mu) + sd * z)


def back_transform__wrong_lognorm_quantile(mu, sd, loss):
    """scipy's lognorm.ppf is NaN where sd is 0: mu = [0], sd = [0], loss = 0.9."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)
    return stats.lognorm.ppf(loss, s=sd, scale=np.exp(mu))


def back_transform__wrong_lognorm_mean(mu, sd, loss):
    """scipy's lognorm.mean is NaN where sd is 0: mu = [0], sd = [0], "squared"."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return stats.lognorm.mean(s=sd, scale=np.exp(mu))
    return np.exp(mu + sd * stats.norm.ppf(loss))


def back_transform__wrong_in_place(mu, sd, loss):
    """`mu += ...` writes into the argument."""
    if loss == "squared":
        mu += sd**2 / 2
    elif loss != "absolute":
        mu += sd * stats.norm.ppf(loss)
    return np.exp(mu)


def back_transform__wrong_integral_cut(mu, sd, loss):
    """Mean by a sum over z from -6 to 6, where the mass is near z = sd: sd = [5], "squared"."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        z = np.linspace(-6, 6, 4001)
        mass = stats.norm.pdf(z)
        return np.exp(mu) * (np.exp(np.outer(sd, z)) @ mass / mass.sum())
    return np.exp(mu + sd * stats.norm.ppf(loss))


def back_transform__wrong_upper_end_only(mu, sd, loss):
    """The end of a central interval, always above the median: loss = 0.1."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)
    return np.exp(mu + sd * stats.norm.interval(abs(2 * loss - 1))[1])


def back_transform__wrong_type_of_mu(mu, sd, loss):
    """The result takes the type of mu: integers in mu = [0, 1] cut it."""
    out = np.empty_like(mu)
    z = 0.0 if isinstance(loss, str) else stats.norm.ppf(loss)
    for i in range(len(mu)):
        out[i] = np.exp(mu[i] + (sd[i] ** 2 / 2 if loss == "squared" else sd[i] * z))
    return out


def back_transform__wrong_three_sigma(mu, sd, loss):
    """z is cut at 3: loss = 0.9999."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)
    return np.exp(mu + sd * np.clip(stats.norm.ppf(loss), -3, 3))


def back_transform__wrong_sigma_of_zero(mu, sd, loss):
    """NormalDist(mu, 0).inv_cdf raises StatisticsError: sd = [0], loss = 0.9."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)
    pairs = zip(mu.tolist(), sd.tolist(), strict=True)
    return np.exp([statistics.NormalDist(a, b).inv_cdf(loss) for a, b in pairs])


def holiday_columns__right_isin_once_more(days, holidays, before, after):
    """np.isin for each shift."""
    return np.column_stack(
        [np.isin(days, holidays + shift) for shift in range(-before, after + 1)]
    ).astype(float)


def holiday_columns__right_set(days, holidays, before, after):
    """A set and two loops."""
    marked = {int(d) for d in holidays}
    columns = np.zeros((len(days), before + 1 + after))
    for i, day in enumerate(days.tolist()):
        for j in range(before + 1 + after):
            if day - (j - before) in marked:
                columns[i, j] = 1.0
    return columns


def holiday_columns__right_differences(days, holidays, before, after):
    """All differences between a day and a holiday at once."""
    gaps = np.subtract.outer(days, holidays)
    wanted = np.arange(-before, after + 1)
    return (gaps[:, None, :] == wanted[None, :, None]).any(axis=2) * 1.0


def holiday_columns__right_search(days, holidays, before, after):
    """Bisection in the sorted list, with an end that no day reaches."""
    listed = sorted(set(np.asarray(holidays).tolist()))

    def known(day):
        place = bisect.bisect_left(listed, day)
        return float(place < len(listed) and listed[place] == day)

    rows = [[known(int(d) - s) for s in range(-before, after + 1)] for d in days]
    return np.array(rows, dtype=float).reshape(len(days), before + 1 + after)


def _hc_put(columns, i, j):
    if 0 <= j < columns.shape[1]:
        columns[i, j] = 1.0


def holiday_columns__wrong_neighbours_only(days, holidays, before, after):
    """Looks at the last holiday before and the next one only: day 14, holidays 12 and 13."""
    columns = np.zeros((len(days), before + 1 + after))
    listed = np.unique(holidays)
    for i, day in enumerate(days):
        place = np.searchsorted(listed, day, side="right")
        if place > 0:
            _hc_put(columns, i, day - listed[place - 1] + before)
        if place < len(listed):
            _hc_put(columns, i, day - listed[place] + before)
    return columns


def holiday_columns__wrong_limits_swapped(days, holidays, before, after):
    """Keeps holidays from first - before to last + after: day 10, holiday 8, before 0, after 2."""
    if len(days):
        keep = (holidays >= days.min() - before) & (holidays <= days.max() + after)
        holidays = holidays[keep]
    return holiday_columns__right_isin_once_more(days, holidays, before, after)


def holiday_columns__wrong_repeats_side_by_side(days, holidays, before, after):
    """Counts, after removing only repeats that follow each other: holidays [12, 20, 12]."""
    first = np.append(True, holidays[1:] != holidays[:-1])[: len(holidays)]
    once = holidays[first]
    columns = np.zeros((len(days), before + 1 + after))
    for shift in range(-before, after + 1):
        columns[:, shift + before] = (days[:, None] == once[None, :] + shift).sum(axis=1)
    return columns


def holiday_columns__wrong_row_from_the_end(days, holidays, before, after):
    """Rows by position: the eve of the first day becomes row -1: days [10, 11], holiday 10."""
    order = {int(d): i for i, d in enumerate(days)}
    columns = np.zeros((len(days), before + 1 + after))
    base = int(days.min()) if len(days) else 0
    for day in holidays.tolist():
        for shift in range(-before, after + 1):
            target = day + shift
            if target in order:
                columns[order[target], shift + before] = 1.0
            elif -len(days) <= target - base < 0:
                columns[target - base, shift + before] = 1.0
    return columns


def holiday_columns__wrong_holidays_moved(days, holidays, before, after):
    """Right columns, but `holidays -= before` and `+= 1` write into the argument."""
    columns = np.zeros((len(days), before + 1 + after))
    holidays -= before
    for j in range(before + 1 + after):
        columns[:, j] = np.isin(days, holidays)
        holidays += 1
    return columns


def holiday_columns__wrong_rows_sorted(days, holidays, before, after):
    """Rows come in the order of the sorted days: days [13, 12], holiday 12."""
    return holiday_columns__right_isin_once_more(np.sort(days), holidays, before, after)


def holiday_columns__wrong_no_holiday(days, holidays, before, after):
    """A table from the first to the last holiday: ValueError if there is none."""
    low, high = holidays.min(), holidays.max()
    table = np.zeros(high - low + 1, dtype=bool)
    table[holidays - low] = True
    columns = np.zeros((len(days), before + 1 + after))
    for shift in range(-before, after + 1):
        place = days - shift - low
        inside = (place >= 0) & (place < len(table))
        columns[inside, shift + before] = table[place[inside]]
    return columns


def holiday_columns__wrong_search_unsorted(days, holidays, before, after):
    """searchsorted in holidays as they are listed: days [5, 9], holidays [9, 5]."""
    columns = np.zeros((len(days), before + 1 + after))
    if not len(holidays):
        return columns
    for shift in range(-before, after + 1):
        place = np.searchsorted(holidays, days - shift).clip(max=len(holidays) - 1)
        columns[:, shift + before] = holidays[place] == days - shift
    return columns


def holiday_columns__wrong_holiday_has_no_neighbour(days, holidays, before, after):
    """A holiday is not the day after another: days [13], holidays [12, 13]."""
    columns = holiday_columns__right_isin_once_more(days, holidays, before, after)
    rest = columns.copy()
    rest[:, before] = 0
    rest[columns[:, before] == 1] = 0
    rest[:, before] = columns[:, before]
    return rest


def holiday_columns__wrong_nearest(days, holidays, before, after):
    """One column for a day, that of the nearest holiday: day 13, holidays 12 and 14."""
    columns = np.zeros((len(days), before + 1 + after))
    if len(holidays):
        for i, day in enumerate(days):
            near = holidays[np.abs(holidays - day).argmin()]
            _hc_put(columns, i, day - near + before)
    return columns


_DEFECTS = (
    "rows_side_by_side",
    "target_a_day_late",
    "test_trained_on",
    "judged_on_training",
    "first_day_for_last",
    "errors_cancel",
)


def _bt(y, p, n_test, defect=None):
    """The back-test in exact numbers, or None where no row is left for training."""
    late = defect == "target_a_day_late"
    step = p if defect == "rows_side_by_side" else 1
    rows = [(y[i : i + p], y[i + p + late]) for i in range(0, len(y) - p - late, step)]
    if len(rows) <= n_test:
        return None
    train, test = rows[:-n_test], rows[-n_test:]
    place = 0 if defect == "first_day_for_last" else -1
    learn = rows if defect == "test_trained_on" else train
    rise = sum(Fraction(t - r[place]) for r, t in learn) / len(learn)
    judge = train if defect == "judged_on_training" else test
    errors = [t - r[place] - rise for r, t in judge]
    if defect == "errors_cancel":
        return abs(sum(errors)) / len(errors)
    return sum(map(abs, errors)) / len(errors)


def _caught(y, p, n_test, defect):
    good, bad = _bt(y, p, n_test), _bt(y, p, n_test, defect)
    return good is not None and bad is not None and good != bad


def break_backtest__right_one_series_for_all(defect):
    """One series without pattern serves every defect."""
    return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20], 2, 3


def break_backtest__right_seeded_search(defect):
    """Draws until the exact error of the flawed back-test differs, with every defect trainable."""
    rng = random.Random(defect)
    while True:
        p, n_test = rng.randint(1, 5), rng.randint(1, 4)
        y = [rng.randrange(100) for _ in range(rng.randint(p + 3, 20))]
        trainable = all(_bt(y, p, n_test, d) is not None for d in (None, *_DEFECTS))
        if trainable and _caught(y, p, n_test, defect):
            return y, p, n_test


def break_backtest__right_powers_and_borders(defect):
    """Quadratic residues: 20 days, long rows, 0 and 99 contained."""
    y = [0, 99] + [t * t * 1 % 97 for t in range(2, 20)]
    return y, 4, 3


def break_backtest__wrong_n_test_of_one(defect):
    """n_test = 1: with one test row errors cannot cancel; wrong for "errors_cancel"."""
    return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20], 2, 1


def break_backtest__wrong_side_by_side_without_training(defect):
    """Side by side only 3 rows remain and all are test rows; wrong for "rows_side_by_side"."""
    if defect == "rows_side_by_side":
        return [3, 50, 8, 61, 17, 4, 88, 29, 35, 70, 12, 46], 3, 3
    return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20], 2, 3


def break_backtest__wrong_same_first_and_last_day(defect):
    """Every row of 3 starts and ends alike (period 2 tail): wrong for "first_day_for_last"."""
    if defect == "first_day_for_last":
        return [10, 60] * 6, 3, 2
    return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20], 2, 3


def break_backtest__wrong_value_of_100(defect):
    """Inclusive randint(0, 100): the series for "target_a_day_late" holds 100."""
    if defect == "target_a_day_late":
        return [7, 31, 2, 58, 100, 90, 43, 5, 77, 20], 2, 3
    return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20], 2, 3


def break_backtest__wrong_twenty_one_days(defect):
    """Counts 20 rows rather than 20 days: 21 days for "rows_side_by_side"."""
    if defect == "rows_side_by_side":
        return [(t * t * 7 + 3 * t) % 97 for t in range(21)], 2, 3
    return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20], 2, 3


def break_backtest__wrong_rows_with_p_of_one(defect):
    """p = 1, where rows side by side are all rows, and first is last: wrong for both."""
    return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20], 1, 3


def _float_bt(y, p, n_test, defect=None):
    """The same back-test in floating point, as a learner has it."""
    rows = np.array([y[i : i + p + 1] for i in range(len(y) - p)], float)
    rises = rows[:, -1] - rows[:, -2]
    learn = rises if defect == "test_trained_on" else rises[:-n_test]
    return float(np.mean(np.abs(rises[-n_test:] - learn.mean())))


def break_backtest__wrong_differs_by_rounding(defect):
    """ "test_trained_on": both errors are equal, floats differ in the last digit (compared by !=)."""
    if defect != "test_trained_on":
        return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20], 2, 3
    rng = random.Random(0)
    while True:
        y = [rng.randrange(100) for _ in range(9)]
        a, b = _float_bt(y, 2, 4), _float_bt(y, 2, 4, defect)
        if a != b and not _caught(y, 2, 4, defect):
            return y, 2, 4


def break_backtest__wrong_own_idea_of_late(defect):
    """The learner's flaw also starts the rise a day late; by the statement errors are equal: "target_a_day_late"."""
    if defect != "target_a_day_late":
        return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20], 2, 3
    return [25, 12, 16, 77, 35, 44, 90], 2, 1


_queue = deque([[7, 31, 2, 58, 11, 90, 43, 5, 77, 20], [9, 9, 9, 9, 9, 9, 9, 9, 9, 9]])


def break_backtest__wrong_global_state(defect):
    """A shared list is rotated: every second call returns a constant series (call it twice)."""
    _queue.rotate(-1)
    return _queue[-1], 2, 3


def mase__right_vectorised_once_more(y_true, y_pred, y_train, m):
    """Floats first, then two means."""
    t, f, y = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    if len(y) <= m:
        return math.nan
    scale = np.abs(y[m:] - y[:-m]).mean()
    return float(np.abs(t - f).mean() / scale) if scale else math.nan


def mase__right_fractions_once_more(y_true, y_pred, y_train, m):
    """Exact fractions, one rounding at the end."""
    t, f, y = ([Fraction(float(v)) for v in a] for a in (y_true, y_pred, y_train))
    moves = [abs(b - a) for a, b in zip(y, y[m:])]
    if not any(moves):
        return float("nan")
    errors = [abs(a - b) for a, b in zip(t, f, strict=True)]
    return float(sum(errors) * len(moves) / (len(errors) * sum(moves)))


def mase__right_fsum_of_ratios(y_true, y_pred, y_train, m):
    """Errors are divided by the scale day by day; np.float64 is returned; fsum; lagged by pandas."""
    moves = pd.Series(np.array(y_train, float)).diff(m).abs().dropna()
    scale = math.fsum(moves) / len(moves) if len(moves) else 0.0
    if scale == 0:
        return np.float64(np.nan)
    ratios = [abs(float(a) - float(b)) / scale for a, b in zip(y_true, y_pred, strict=True)]
    return np.float64(math.fsum(ratios) / len(ratios))


def mase__wrong_difference_of_order_m(y_true, y_pred, y_train, m):
    """np.diff(n=m) is the m-th difference, not lag m: y_train=[1,2,4,8], m=2."""
    t, f, y = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    if len(y) <= m:
        return math.nan
    scale = np.abs(np.diff(y, n=m)).mean()
    return float(np.abs(t - f).mean() / scale) if scale else math.nan


def mase__wrong_absolute_tolerance(y_true, y_pred, y_train, m):
    """np.isclose(scale, 0) takes a tiny scale for 0: y_train=[0, 1e-9], m=1."""
    t, f, y = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    scale = np.abs(y[m:] - y[:-m]).mean() if len(y) > m else 0.0
    return math.nan if np.isclose(scale, 0) else float(np.abs(t - f).mean() / scale)


def mase__wrong_perfect_is_zero_once_more(y_true, y_pred, y_train, m):
    """A perfect forecast gets 0 before the scale is looked at: y_train=[3,3], no errors, m=1."""
    t, f, y = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    if (t == f).all():
        return 0.0
    scale = np.abs(y[m:] - y[:-m]).mean() if len(y) > m else 0.0
    return float(np.abs(t - f).mean() / scale) if scale else math.nan


def mase__wrong_whole_seasons_only(y_true, y_pred, y_train, m):
    """Trailing days of a partial season are dropped by reshape: y_train=[1,1,2,2,9], m=2."""
    t, f, y = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    table = y[: len(y) // m * m].reshape(-1, m)
    moves = np.abs(np.diff(table, axis=0))
    scale = moves.mean() if moves.size else 0.0
    return float(np.abs(t - f).mean() / scale) if scale else math.nan


def mase__wrong_needs_two_seasons(y_true, y_pred, y_train, m):
    """NaN below two whole seasons: y_train=[1,2,4], m=2 has one pair of days."""
    t, f, y = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    if len(y) < 2 * m:
        return math.nan
    scale = np.abs(y[m:] - y[:-m]).mean()
    return float(np.abs(t - f).mean() / scale) if scale else math.nan


def mase__wrong_sum_over_sum(y_true, y_pred, y_train, m):
    """Sum of errors over sum of moves; right only where both have equally many days (h != n - m)."""
    t, f, y = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    total = np.abs(y[m:] - y[:-m]).sum() if len(y) > m else 0.0
    return float(np.abs(t - f).sum() / total) if total else math.nan


def mase__wrong_every_mth_day(y_true, y_pred, y_train, m):
    """y_train[::m] follows one day of the season only: y_train=[1,5,1,9,1], m=2."""
    t, f, y = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    moves = np.abs(np.diff(y[::m]))
    scale = moves.mean() if len(moves) else 0.0
    return float(np.abs(t - f).mean() / scale) if scale else math.nan


def mase__wrong_last_two_seasons(y_true, y_pred, y_train, m):
    """The scale is of the latest season against the one before: y_train=[1,9,1,2], m=1."""
    t, f, y = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    recent = y[-2 * m :]
    if len(recent) <= m:
        return math.nan
    scale = np.abs(recent[m:] - recent[:-m]).mean()
    return float(np.abs(t - f).mean() / scale) if scale else math.nan


def _widened(a):
    """Signed integers are widened, and only these."""
    return a.astype(np.int64) if a.dtype.kind == "i" else a


def mase__wrong_unsigned_not_widened(y_true, y_pred, y_train, m):
    """Signed narrow integers are widened, unsigned ones wrap: y_true=uint8 [1], y_pred=uint8 [2]."""
    t, f, y = (_widened(np.asarray(a)) for a in (y_true, y_pred, y_train))
    if len(y) <= m:
        return math.nan
    scale = np.abs(y[m:] - y[:-m]).mean()
    return float(np.abs(t - f).mean() / scale) if scale else math.nan


def _same(got, want):
    got = float(got)
    return math.isnan(got) if math.isnan(want) else math.isclose(got, want, rel_tol=1e-6)


def _mase_cases():
    a = np.array
    yield (a([5.0, 9.0, 2.0]), a([4.0, 12.0, 10.0]), a([1.0, 4.0, 2.0, 9.0, 3.0]), 1), 4 / 4.5
    yield (a([5.0, 9.0, 2.0]), a([4.0, 12.0, 10.0]), a([1.0, 4.0, 2.0, 9.0, 3.0]), 2), 4 / (7 / 3)
    yield (a([5.0, 9.0]), a([4.0, 12.0]), a([1.0, 4.0, 3.0]), 2), 1.0
    yield (a([5.0]), a([4.0]), a([1.0, 4.0]), 2), math.nan
    yield (a([5.0]), a([4.0]), a([1.0]), 2), math.nan
    yield (a([5.0]), a([4.0]), a([3.0, 3.0, 3.0]), 1), math.nan
    yield (a([5.0]), a([5.0]), a([3.0, 3.0, 3.0]), 1), math.nan
    yield (a([5.0]), a([4.0]), a([1.0, 2.0, 1.0, 2.0, 1.0]), 2), math.nan
    yield (a([3, 200], np.uint8), a([5, 100], np.uint8), a([250, 0, 9, 4], np.uint8), 1), 153 / 264
    yield (a([100], np.int8), a([-100], np.int8), a([-90, 0, 100], np.int8), 2), 200 / 190
    yield (a([5.0, 6.0]), a([5.0, 6.0]), a([1.0, 4.0, 3.0]), 1), 0.0
    train = a([7.0, 1.0, 12.0, 3.0, 30.0, 2.0, 11.0, 19.0, 5.0, 80.0, 4.0])
    yield (a([1.0, 2.0]), a([11.0, 5.0]), train, 3), 6.5 / (149 / 8)
    yield (a([1.0]), a([2.0]), a([0.0, 1e-7]), 1), 1e7


def kill_mase__right_table_of_values(fn):
    """Values worked out by hand, compared with a tolerance."""
    return all(_same(fn(*args), want) for args, want in _mase_cases())


def kill_mase__right_random_against_fractions(fn):
    """Random series of several types and seasons against exact fractions."""
    rng = np.random.default_rng(5)
    for k in range(120):
        m, n, h = rng.integers(1, 5), rng.integers(1, 14), rng.integers(1, 6)
        kind = (float, np.uint8, np.int64)[k % 3]
        top = 2 if k % 10 == 0 else 250
        t, f, y = (rng.integers(0, top, size).astype(kind) for size in (h, h, n))
        want = mase__right_fractions_once_more(t, f, y, int(m))
        if not _same(fn(t, f, y, int(m)), want):
            return False
    return kill_mase__right_table_of_values(fn)


def kill_mase__right_properties_and_except(fn):
    """Properties (scaling, long and short seasons, NaN rules) and the table; errors mean False."""
    try:
        y = np.array([3.0, 8.0, 1.0, 9.0, 4.0, 40.0, 7.0])
        t, f = np.array([2.0, 30.0, 9.0, 1.0]), np.array([5.0, 12.0, 9.0, 2.0])
        for m in (1, 2, 3, 6):
            want = mase__right_fractions_once_more(t, f, y, m)
            for factor in (1.0, -3.0, 1e6):
                if not _same(fn(t * factor, f * factor, y * factor, m), want):
                    return False
        return bool(math.isnan(fn(t, f, y, 7))) and kill_mase__right_table_of_values(fn)
    except Exception:
        return False


def kill_mase__wrong_exact_equality_once_more(fn):
    """Compares floats with ==: refuses an exact (fraction) implementation, 0.631578947368421 etc."""
    rng = np.random.default_rng(0)
    for _ in range(60):
        t, f, y = rng.normal(50, 20, 7), rng.normal(50, 20, 7), rng.normal(50, 20, 30)
        if fn(t, f, y, 3) != mase__right_vectorised_once_more(t, f, y, 3):
            return False
    return kill_mase__right_table_of_values(fn)


def kill_mase__wrong_type_is_float(fn):
    """Asks for type(...) is float: refuses a right one that returns np.float64."""
    args = np.array([5.0]), np.array([4.0]), np.array([1.0, 3.0]), 1
    return type(fn(*args)) is float and kill_mase__right_table_of_values(fn)


def kill_mase__wrong_nan_by_identity(fn):
    """Tests NaN with "in" (identity): refuses a right one that returns float("nan")."""
    args = np.array([5.0]), np.array([4.0]), np.array([3.0, 3.0]), 1
    return fn(*args) in (math.nan, np.nan) and kill_mase__right_table_of_values(fn)


def kill_mase__wrong_nan_passes_everywhere(fn):
    """not abs(got - want) > eps is True for NaN on either side: a wrong scale of 0 is never seen."""
    return not any(abs(fn(*args) - want) > 1e-9 * max(1, want) for args, want in _mase_cases())


def kill_mase__wrong_lists_for_arrays(fn):
    """Passes lists: refuses a right one that writes y_train[m:] - y_train[:-m] on arrays."""
    if not _same(fn([5.0, 5.0], [4.0, 8.0], [1.0, 3.0, 1.0], 1), 1.0):
        return False
    return kill_mase__right_table_of_values(fn)


def kill_mase__wrong_seasons_of_one_day(fn):
    """Only m = 1: lags, partial seasons, subsampled seasons and m-th differences are not seen."""
    return all(_same(fn(*args), want) for args, want in _mase_cases() if args[3] == 1)


def kill_mase__wrong_wide_tolerance(fn):
    """Long random series and 10 %: n for n - m, a dropped day and the like are not seen."""
    rng = np.random.default_rng(3)
    for m in (1, 7):
        t, f, y = rng.normal(50, 20, 200), rng.normal(90, 20, 200), rng.normal(50, 20, 700)
        want = mase__right_vectorised_once_more(t, f, y, m)
        if not math.isclose(fn(t, f, y, m), want, rel_tol=0.1):
            return False
    return True


def kill_mase__wrong_equal_counts(fn):
    """As many errors as moves, floats, no NaN: sums over sums, wrapping and NaN rules are unseen."""
    t, f = np.array([4.0, 9.0, 2.0]), np.array([5.0, 3.0, 30.0])
    return all(
        _same(fn(t, f, y, m), mase__right_fractions_once_more(t, f, y, m))
        for m, y in (
            (1, np.array([1.0, 7.0, 3.0, 20.0])),
            (2, np.array([1.0, 7.0, 3.0, 20.0, 2.0])),
        )
    )


def _ar_weights(y, p):
    rows = sliding_window_view(y, p)[:-1, ::-1]
    return np.linalg.lstsq(np.column_stack([np.ones(len(rows)), rows]), y[p:], rcond=None)[0]


def _ar_roll(weights, y, p, h):
    days = [float(v) for v in y]
    for _ in range(h):
        days.append(float(weights[0] + sum(w * d for w, d in zip(weights[1:], days[::-1]))))
    return np.array(days[-h:])


def ar_forecast__right_lstsq_once_again(y, p, h):
    """Least squares with sliding windows."""
    y = np.array(y, dtype=float)
    return _ar_roll(_ar_weights(y, p), y, p, h)


def ar_forecast__right_exact_normal_equations(y, p, h):
    """Normal equations in exact fractions, Gauss-Jordan with pivots."""
    days = [Fraction(float(v)) for v in y]
    rows = [[Fraction(1), *days[t - p : t][::-1]] for t in range(p, len(days))]
    k = p + 1
    table = [
        [sum(r[i] * r[j] for r in rows) for j in range(k)]
        + [sum(r[i] * d for r, d in zip(rows, days[p:]))]
        for i in range(k)
    ]
    for i in range(k):
        pivot = next(j for j in range(i, k) if table[j][i])
        table[i], table[pivot] = table[pivot], table[i]
        table[i] = [v / table[i][i] for v in table[i]]
        for j in range(k):
            if j != i:
                table[j] = [a - table[j][i] * b for a, b in zip(table[j], table[i])]
    weights = [float(row[-1]) for row in table]
    return _ar_roll(weights, y, p, h)


def ar_forecast__right_sklearn_companion(y, p, h):
    """sklearn's centred regression, then powers of the companion matrix on the last p days."""
    y = np.array(y, dtype=float)
    X = np.array([y[t - p : t][::-1] for t in range(p, len(y))])
    line = LinearRegression().fit(X, y[p:])
    step = np.eye(p + 1, k=-1)
    step[0], step[1:, 0] = 0, 0
    step[0, 0] = 1
    step[1] = [line.intercept_, *line.coef_]
    state, out = np.array([1.0, *y[::-1][:p]]), []
    for _ in range(h):
        state = step @ state
        out.append(state[1])
    return np.array(out)


def ar_forecast__wrong_direct_regressions(y, p, h):
    """A regression for each distance (direct), not recursive: differs for noisy days and h = 2."""
    y = np.array(y, dtype=float)
    out = []
    for k in range(1, h + 1):
        rows = [[1, *y[t - p + 1 : t + 1][::-1]] for t in range(p - 1, len(y) - k)]
        weights = np.linalg.lstsq(np.array(rows), y[p - 1 + k :], rcond=None)[0]
        out.append(weights @ [1, *y[-p:][::-1]])
    return np.array(out)


def ar_forecast__wrong_buffer_of_y_dtype(y, p, h):
    """np.empty(h, dtype=y.dtype) cuts forecasts of whole numbers: integers in y."""
    out = np.empty(h, dtype=np.asarray(y).dtype)
    values = np.array(y, dtype=float)
    window, weights = list(values), _ar_weights(values, p)
    for k in range(h):
        out[k] = weights[0] + np.dot(weights[1:], window[::-1][:p])
        window.append(float(out[k]))
    return out.astype(float)


def ar_forecast__wrong_last_target_left_out(y, p, h):
    """The regression stops one day early (range(p, n - 1)): noisy days."""
    y = np.array(y, dtype=float)
    return _ar_roll(_ar_weights(y[:-1], p), y, p, h)


def ar_forecast__wrong_writes_into_window(y, p, h):
    """window = y[-p:] is a view that is rolled in place: y of floats is changed."""
    y = np.asarray(y, dtype=float)
    weights, window, out = _ar_weights(y, p), y[-p:], []
    for _ in range(h):
        nxt = weights[0] + weights[1:] @ window[::-1]
        window[:-1] = window[1:].copy()
        window[-1] = nxt
        out.append(nxt)
    return np.array(out)


def ar_forecast__wrong_only_first_lag_moves(y, p, h):
    """A forecast replaces the latest day, older lags stay: p = 2, h = 2."""
    y = np.array(y, dtype=float)
    weights, lags, out = _ar_weights(y, p), y[-p:][::-1].copy(), []
    for _ in range(h):
        lags[0] = weights[0] + weights[1:] @ lags
        out.append(lags[0])
    return np.array(out)


def ar_forecast__wrong_sales_not_below_zero(y, p, h):
    """Forecasts are clipped at 0: logarithms may be below, y=[-1,-2,-1.5,-2,-1.8]."""
    y = np.array(y, dtype=float)
    return np.maximum(_ar_roll(_ar_weights(y, p), y, p, h), 0)


def ar_forecast__wrong_rolled_rows_kept(y, p, h):
    """Lags by np.roll, of which only the first row is cut: p = 2 keeps a row that wraps around."""
    y = np.array(y, dtype=float)
    X = np.column_stack([np.ones(len(y)), *(np.roll(y, k) for k in range(1, p + 1))])
    return _ar_roll(np.linalg.lstsq(X[1:], y[1:], rcond=None)[0], y, p, h)


def ar_forecast__wrong_refit_on_sliding_window(y, p, h):
    """After each forecast the oldest day is dropped and the model fitted again: noisy days, h = 2."""
    days, out = list(np.array(y, dtype=float)), []
    for _ in range(h):
        out.append(_ar_roll(_ar_weights(np.array(days), p), days, p, 1)[0])
        days = days[1:] + [out[-1]]
    return np.array(out)


def ar_forecast__wrong_lags_turned_after_first_day(y, p, h):
    """The first forecast has the latest day first; later ones append at the far end: p = 2, h = 2."""
    y = np.array(y, dtype=float)
    weights, lags, out = _ar_weights(y, p), list(y[-p:][::-1]), []
    for _ in range(h):
        out.append(weights[0] + np.dot(weights[1:], lags))
        lags = lags[1:] + [out[-1]]
    return np.array(out)


def _hw_state(y, m, alpha, gamma):
    y = [float(v) for v in y]
    level = math.fsum(y[:m]) / m
    season = [v - level for v in y[:m]]
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return level, season


def holt_winters__right_loop_once_again(y, m, alpha, gamma, h):
    """The loop of the statement."""
    level, season = _hw_state(y, m, alpha, gamma)
    return np.array([level + season[(len(y) + k) % m] for k in range(h)], dtype=float)


def holt_winters__right_error_correction(y, m, alpha, gamma, h):
    """Error form with a rotating deque; forecasts are fed back, where the error is 0."""
    level = sum(Fraction(float(v)) for v in y[:m]) / m
    season = deque(Fraction(float(v)) - level for v in y[:m])
    a, g = Fraction(float(alpha)), Fraction(float(gamma))
    for v in y[m:]:
        error = Fraction(float(v)) - level - season[0]
        level = Fraction(float(level + a * error))  # rounded once a day, or numbers grow long
        season.append(Fraction(float(season.popleft() + g * error)))
    out = []
    for _ in range(h):
        out.append(float(level + season[0]))
        season.rotate(-1)
    return np.array(out, dtype=float)


def holt_winters__right_fold(y, m, alpha, gamma, h):
    """A fold over days with tuples; nothing is changed in place."""
    days = np.array(y, dtype=np.float64)
    state = days[:m].mean(), tuple(days[:m] - days[:m].mean())
    step = (
        lambda s, v: (  # noqa: E731
            alpha * (v - s[1][0]) + (1 - alpha) * s[0],
            (*s[1][1:], gamma * (v - s[0]) + (1 - gamma) * s[1][0]),
        )
    )
    for v in days[m:]:
        state = step(state, v)
    return state[0] + np.resize(state[1], h)


def holt_winters__wrong_season_is_a_view(y, m, alpha, gamma, h):
    """season = y[:m]; season -= level writes into y when it is a float array: y=[1.0, 3.0], m=2."""
    y = np.asarray(y, dtype=float)
    level, season = y[:m].mean(), y[:m]
    season -= level
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return level + season[(len(y) + np.arange(h)) % m]


def holt_winters__wrong_zero_weight_is_missing(y, m, alpha, gamma, h):
    """alpha or 0.1: a weight of 0 is taken for no weight, alpha=0 or gamma=0."""
    return holt_winters__right_loop_once_again(y, m, alpha or 0.1, gamma or 0.1, h)


def holt_winters__wrong_two_seasons_ahead(y, m, alpha, gamma, h):
    """The season is laid out twice only: h > 2m gives too few days, m=2, h=5."""
    level, season = _hw_state(y, m, alpha, gamma)
    ahead = season[len(y) % m :] + season[: len(y) % m]
    return level + np.array((ahead + ahead)[:h])


def holt_winters__wrong_last_partial_season_dropped(y, m, alpha, gamma, h):
    """Only whole seasons update, the forecast still starts at the right place: 5 days, m=2."""
    level, season = _hw_state(y[: len(y) // m * m], m, alpha, gamma)
    return np.array([level + season[(len(y) + k) % m] for k in range(h)], dtype=float)


def holt_winters__wrong_first_partial_season_dropped(y, m, alpha, gamma, h):
    """Cuts odd days off the beginning so that whole seasons remain: y=[1,2,3,9,4], m=2."""
    level, season = _hw_state(y[len(y) % m :], m, alpha, gamma)
    return np.array([level + season[k % m] for k in range(h)], dtype=float)


def holt_winters__wrong_season_centred_each_round(y, m, alpha, gamma, h):
    """From the third season on, the season is centred at its start: y=[10,20,12,26,11,30], m=2."""
    y = np.array(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        if t % m == 0:
            season -= season.mean()
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return level + season[(len(y) + np.arange(h)) % m]


def holt_winters__wrong_later_seasons_grow(y, m, alpha, gamma, h):
    """Beyond m days forecasts are fed back against the next day's season: h > m + 2, m=2, h=5."""
    level, season = _hw_state(y, m, alpha, gamma)
    out = []
    for k in range(h):
        out.append(level + season[(len(y) + k) % m])
        if k > m:
            level = alpha * (out[-1] - season[(len(y) + k + 1) % m]) + (1 - alpha) * level
    return np.array(out, dtype=float)


def holt_winters__wrong_not_below_zero(y, m, alpha, gamma, h):
    """Clips forecasts at 0: y may hold negative numbers (logarithms), y=[-3,-1], m=2."""
    return np.maximum(holt_winters__right_loop_once_again(y, m, alpha, gamma, h), 0)


def rolling_origin__right_range_once_more(y, fit_predict, start, h, step):
    """One range of origins."""
    y = np.asarray(y)
    out = []
    for o in range(start, len(y) - h + 1, step):
        said = np.asarray(fit_predict(y[:o], h), dtype=float)
        out.append((o, float(np.abs(y[o : o + h].astype(float) - said).mean())))
    return out


def rolling_origin__right_while_fractions(y, fit_predict, start, h, step):
    """A while loop, a copy of the past for each call, and exact fractions."""
    out, o = [], start
    while o + h <= len(y):
        said = list(fit_predict(np.array(y[:o]), h))
        gaps = [abs(Fraction(float(a)) - Fraction(float(b))) for a, b in zip(y[o : o + h], said)]
        out.append((o, float(sum(gaps) / h)))
        o += step
    return out


def rolling_origin__right_filter_and_split(y, fit_predict, start, h, step):
    """Goes through all days, keeps origins by modulo, and uses np.split and fsum."""
    origins = [
        o for o in range(len(y)) if o >= start and (o - start) % step == 0 and len(y) - o >= h
    ]
    parts = [(o, *np.split(y, [o, o + h])[:2]) for o in origins]
    return [
        (o, math.fsum(abs(float(a) - float(b)) for a, b in zip(ahead, fit_predict(past, h))) / h)
        for o, past, ahead in parts
    ]


def rolling_origin__wrong_subtracts_in_place(y, fit_predict, start, h, step):
    """said -= truth: the forecast may be a view of y (history[-h:]), so float y is changed."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        said = np.asarray(fit_predict(y[:o], h), dtype=float)
        said -= y[o : o + h]
        out.append((o, float(np.abs(said).mean())))
    return out


def rolling_origin__wrong_counts_from_the_end(y, fit_predict, start, h, step):
    """Origins are laid from the last possible one backwards: 5 days, start 2, h 2, step 2."""
    y, out = np.asarray(y), []
    for o in range(len(y) - h, start - 1, -step):
        said = np.asarray(fit_predict(y[:o], h), dtype=float)
        out.append((o, float(np.abs(y[o : o + h].astype(float) - said).mean())))
    return out[::-1]


def rolling_origin__wrong_forecast_in_type_of_y(y, fit_predict, start, h, step):
    """np.asarray(said, dtype=y.dtype) cuts 2.5 to 2 when y holds integers."""
    y, out = np.asarray(y), []
    for o in range(start, len(y) - h + 1, step):
        said = np.asarray(fit_predict(y[:o], h)).astype(y.dtype).astype(float)
        out.append((o, float(np.abs(y[o : o + h].astype(float) - said).mean())))
    return out


def rolling_origin__wrong_one_year_of_history(y, fit_predict, start, h, step):
    """The forecaster sees at most the last 365 days: origin 400 and a mean of all history."""
    y, out = np.asarray(y), []
    for o in range(start, len(y) - h + 1, step):
        said = np.asarray(fit_predict(y[max(0, o - 365) : o], h), dtype=float)
        out.append((o, float(np.abs(y[o : o + h].astype(float) - said).mean())))
    return out


def rolling_origin__wrong_no_origin_fails(y, fit_predict, start, h, step):
    """zip(*rows) has nothing to unpack when no origin leaves h days: y of 3 days, start 3, h 1."""
    rows = rolling_origin__right_range_once_more(y, fit_predict, start, h, step)
    origins, errors = zip(*rows)
    return list(zip(map(int, origins), map(float, errors)))


def rolling_origin__wrong_only_h_days_before(y, fit_predict, start, h, step):
    """Training windows of constant length start (from o - start): start 2, a mean of all history."""
    y, out = np.asarray(y), []
    for o in range(start, len(y) - h + 1, step):
        said = np.asarray(fit_predict(y[o - start : o], h), dtype=float)
        out.append((o, float(np.abs(y[o : o + h].astype(float) - said).mean())))
    return out


def rolling_origin__wrong_gap_of_step(y, fit_predict, start, h, step):
    """Long steps (3 or more) must fit behind an origin as well: h 1, step 3, start 2, 6 days."""
    y, out = np.asarray(y), []
    last = len(y) - h if step <= 2 else len(y) - max(h, step)
    for o in range(start, last + 1, step):
        said = np.asarray(fit_predict(y[:o], h), dtype=float)
        out.append((o, float(np.abs(y[o : o + h].astype(float) - said).mean())))
    return out


def rolling_origin__wrong_arrays_narrow(y, fit_predict, start, h, step):
    """truth - said in the types they have: uint8 y and a forecast that is a slice of it wrap."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        out.append((o, float(np.mean(np.abs(y[o : o + h] - np.asarray(fit_predict(y[:o], h)))))))
    return out


def back_transform__right_closed_form(mu, sd, loss):
    """Median, mean and quantile of a lognormal distribution."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(np.asarray(mu) + np.square(sd, dtype=float) / 2)
    return np.exp(np.asarray(mu) + np.asarray(sd) * stats.norm.ppf(loss))


def back_transform__right_normaldist_loop(mu, sd, loss):
    """Plain loop with the standard library; the absolute error is the quantile 1/2."""
    q = {"absolute": 0.5, "squared": None}[loss] if isinstance(loss, str) else float(loss)
    z = 0.0 if q is None else NormalDist().inv_cdf(q)
    pairs = [(float(a), float(b)) for a, b in zip(mu, sd)]
    return np.array([math.exp(a + (b * b / 2 if q is None else b * z)) for a, b in pairs])


def back_transform__right_error_function(mu, sd, loss):
    """erfinv, and the mean as the moment of order 1 written in powers of two."""
    mu, sd = np.array(mu, dtype=float), np.array(sd, dtype=float)
    if isinstance(loss, str):
        shift = {"absolute": 0 * sd, "squared": sd * sd / 2}[loss]
    else:
        shift = sd * math.sqrt(2) * special.erfinv(2 * loss - 1)
    return np.exp2((mu + shift) / math.log(2))


def back_transform__wrong_lognorm_without_spread(mu, sd, loss):
    """scipy's lognorm gives NaN for s = 0: sd=[0.0]."""
    law = stats.lognorm(s=np.asarray(sd, float), scale=np.exp(np.asarray(mu, float)))
    if isinstance(loss, str):
        return law.median() if loss == "absolute" else law.mean()
    return law.ppf(loss)


def back_transform__wrong_only_upper_quantiles(mu, sd, loss):
    """Takes q and 1 - q alike (abs of z): q = 0.1 gives the quantile 0.9."""
    if isinstance(loss, str):
        return back_transform__right_closed_form(mu, sd, loss)
    return np.exp(np.asarray(mu) + np.asarray(sd) * abs(stats.norm.ppf(loss)))


def back_transform__wrong_whole_percent(mu, sd, loss):
    """z is looked up by whole percent: q = 0.975 and 0.999 fall on other entries."""
    if isinstance(loss, str):
        return back_transform__right_closed_form(mu, sd, loss)
    table = {k: NormalDist().inv_cdf(k / 100) for k in range(1, 100)}
    z = table[min(99, max(1, round(100 * loss)))]
    return np.exp(np.asarray(mu) + np.asarray(sd) * z)


def back_transform__wrong_series_for_the_mean(mu, sd, loss):
    """exp(sd**2 / 2) as a Taylor series of three terms: sd = 2."""
    if loss != "squared":
        return back_transform__right_closed_form(mu, sd, loss)
    v = np.asarray(sd, float) ** 2 / 2
    return np.exp(mu) * (1 + v + v**2 / 2 + v**3 / 6)


def back_transform__wrong_shifts_mu_in_place(mu, sd, loss):
    """np.asarray does not copy and += writes: a float mu is changed with "squared"."""
    mu, sd = np.asarray(mu, float), np.asarray(sd, float)
    if loss == "squared":
        mu += sd**2 / 2
    elif loss != "absolute":
        mu += sd * stats.norm.ppf(loss)
    return np.exp(mu)


def back_transform__wrong_mode_for_median_of_q_half(mu, sd, loss):
    """if loss > 0.5 ... else the median: every q below one half gives exp(mu), q = 0.2."""
    if isinstance(loss, str) or loss > 0.5:
        return back_transform__right_closed_form(mu, sd, loss)
    return np.exp(np.asarray(mu, float))


def back_transform__wrong_quantile_of_sales_moments(mu, sd, loss):
    """The squared loss by quadrature at five nodes: good to cents for small sd, wrong for sd = 3."""
    if loss != "squared":
        return back_transform__right_closed_form(mu, sd, loss)
    x, w = np.polynomial.hermite_e.hermegauss(7)
    logs = np.asarray(mu, float)[:, None] + np.asarray(sd, float)[:, None] * x
    return np.exp(logs) @ w / w.sum()


def back_transform__wrong_buffer_like_mu(mu, sd, loss):
    """np.empty_like(mu) keeps whole numbers for an integer mu: mu=np.array([5])."""
    out = np.empty_like(mu)
    out[:] = back_transform__right_closed_form(mu, sd, loss)
    return out.astype(float)


def holiday_columns__right_isin_once_again(days, holidays, before, after):
    """np.isin for each shift."""
    days, holidays = np.asarray(days, np.int64), np.asarray(holidays).astype(np.int64)
    columns = [np.isin(days, holidays + shift) for shift in range(-before, after + 1)]
    return np.column_stack(columns).astype(float)


def holiday_columns__right_sets_once_more(days, holidays, before, after):
    """Plain integers, one set of holidays, a table of membership."""
    feast = {int(v) for v in holidays}
    table = [[float(int(d) - s in feast) for s in range(-before, after + 1)] for d in days]
    return np.array(table).reshape(len(days), before + 1 + after)


def holiday_columns__right_scatter_of_pairs(days, holidays, before, after):
    """All differences day less holiday at once; each that fits is written to its column."""
    gap = np.subtract.outer(np.array(days, dtype=np.int64), np.array(holidays, dtype=np.int64))
    row, which = np.nonzero((gap >= -before) & (gap <= after))
    out = np.zeros((len(gap), before + after + 1))
    out[row, gap[row, which] + before] = 1
    return out


def holiday_columns__wrong_nearest_holiday_only(days, holidays, before, after):
    """A day knows only its nearest holiday: day 11 between holidays 10 and 12 gets a single 1."""
    days, feast = np.asarray(days, np.int64), np.asarray(holidays).astype(np.int64)
    out = np.zeros((len(days), before + 1 + after))
    if len(feast):
        gap = days[:, None] - feast
        gap = gap[np.arange(len(days)), np.abs(gap).argmin(axis=1)]
        fits = (gap >= -before) & (gap <= after)
        out[np.flatnonzero(fits), gap[fits] + before] = 1
    return out


def holiday_columns__wrong_get_indexer_minus_one(days, holidays, before, after):
    """get_indexer says -1 for a day that is not there, which marks the last row: holidays=[99]."""
    out = np.zeros((len(days), before + 1 + after))
    index = pd.Index(np.asarray(days, np.int64))
    for j, shift in enumerate(range(-before, after + 1)):
        out[index.get_indexer(np.asarray(holidays).astype(np.int64) + shift), j] = 1
    return out


def holiday_columns__wrong_margin_on_wrong_side(days, holidays, before, after):
    """Far holidays are dropped, with before and after mixed up: before=0, after=2, holiday 8, day 10."""
    days, feast = np.asarray(days, np.int64), np.asarray(holidays).astype(np.int64)
    if len(days):
        feast = feast[(feast >= days.min() - before) & (feast <= days.max() + after)]
    columns = [np.isin(days, feast + shift) for shift in range(-before, after + 1)]
    return np.column_stack(columns).astype(float)


def holiday_columns__wrong_slice_of_minus_zero(days, holidays, before, after):
    """Seven columns on each side are made and cut; [:, -before:] with before=0 keeps all."""
    days, feast = np.asarray(days, np.int64), np.asarray(holidays).astype(np.int64)
    most = max(before, after, 1)
    side = {s: np.isin(days, feast + s) for s in range(-most, most + 1)}
    left = np.column_stack([side[s] for s in range(-most, 0)])[:, -before:]
    right = np.column_stack([side[s] for s in range(1, most + 1)])[:, :after]
    return np.hstack([left, side[0][:, None], right]).astype(float)


def holiday_columns__wrong_searchsorted_in_days(days, holidays, before, after):
    """Rows are looked up by bisection, which asks for sorted days: days=[12, 10, 11]."""
    days = [int(d) for d in days]
    out = np.zeros((len(days), before + 1 + after))
    for feast in holidays:
        for j in range(before + 1 + after):
            at = bisect.bisect_left(days, int(feast) + j - before)
            if at < len(days) and days[at] == int(feast) + j - before:
                out[at, j] = 1
    return out


def holiday_columns__wrong_feast_has_no_neighbours(days, holidays, before, after):
    """A holiday is never marked as the neighbour of another one: holidays 12 and 13."""
    out = holiday_columns__right_isin_once_again(days, holidays, before, after)
    feast = out[:, before] == 1
    out[feast] = 0
    out[feast, before] = 1
    return out


def holiday_columns__wrong_neighbouring_rows(days, holidays, before, after):
    """Shifts rows of sorted days and not numbers: days=[10, 12, 13], holiday 12 (gap at 11)."""
    days = np.asarray(days, np.int64)
    order = np.argsort(days, kind="stable")
    feast = pd.Series(np.isin(days[order], holidays).astype(float))
    out = np.zeros((len(days), before + 1 + after))
    for j, shift in enumerate(range(-before, after + 1)):
        out[order, j] = feast.shift(shift, fill_value=0.0)
    return out


def holiday_columns__wrong_nested_windows_stop(days, holidays, before, after):
    """Days after a holiday end where the days before the next begin: holidays 10 and 13, 2 and 2."""
    feast = sorted({int(v) for v in holidays})
    out = np.zeros((len(days), before + 1 + after))
    for i, d in enumerate(map(int, days)):
        for f in feast:
            gap = d - f
            if -before <= gap <= 0:
                out[i] = 0
                out[i, gap + before] = 1
                break
            if 0 < gap <= after:
                out[i] = 0
                out[i, gap + before] = 1
    return out


def _differenced(y, d, D, m):
    z = np.array(y, dtype=float)
    for _ in range(D):
        z = z[m:] - z[:-m]
    return np.diff(z, n=d)


def _aicc(z, order, trend, attribute="aicc"):
    p, _, q, P, _, Q, m = order
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = ARIMA(z, order=(p, 0, q), seasonal_order=(P, 0, Q, m), trend=trend)
        return float(getattr(model.fit(), attribute))


def _orders(grid):
    spans = [range(grid[k] + 1) for k in ("p", "q", "P", "Q")]
    for p, q, P, Q in itertools.product(*spans):
        yield (p, grid["d"], q, P, grid["D"], Q, grid["m"])


def _more_search(z, grid, trend, finite=math.isfinite, errors=Exception):
    found, failed = {}, []
    for order in _orders(grid):
        try:
            value = _aicc(z, order, trend)
        except errors:
            failed.append(order)
            continue
        if finite(value):
            found[order] = value
        else:
            failed.append(order)
    best = min(found, key=found.get)
    return best, found[best], failed


def _trend(grid):
    return "n" if grid["d"] or grid["D"] else "c"


def select_arima__right_product_once_more(y_train, grid):
    """itertools.product, a dict of finite values, and min."""
    z = _differenced(y_train, grid["d"], grid["D"], grid["m"])
    return _more_search(z, grid, _trend(grid))


def select_arima__right_four_loops_once_more(y_train, grid):
    """Four loops from the largest orders down; numpy values are turned into floats at the end."""
    d, D, m = grid["d"], grid["D"], grid["m"]
    z = pd.Series(np.asarray(y_train, dtype=float))
    for lag in [1] * d + [m] * D:
        z = z.diff(lag).iloc[lag:]
    z = z.to_numpy()
    best, lowest, failed = None, math.inf, []
    for Q in range(grid["Q"], -1, -1):
        for P in range(grid["P"], -1, -1):
            for q in range(grid["q"], -1, -1):
                for p in range(grid["p"], -1, -1):
                    order = (p, d, q, P, D, Q, m)
                    try:
                        value = _aicc(z, order, "c" if d == D == 0 else "n")
                        if not np.isfinite(value):
                            raise ValueError("no finite AICc")
                    except Exception:
                        failed.append(order)
                        continue
                    if value < lowest:
                        best, lowest = order, value
    return best, float(lowest), failed


def select_arima__right_polynomial_filter(y_train, grid):
    """Differences as one polynomial (1-B)^d (1-B^m)^D in a filter; results in a sorted list."""
    d, D, m = grid["d"], grid["D"], grid["m"]
    weights = np.array([1.0])
    for lag in [1] * d + [m] * D:
        weights = np.convolve(weights, [1.0] + [0.0] * (lag - 1) + [-1.0])
    z = lfilter(weights, [1.0], np.array(y_train, dtype=float))[len(weights) - 1 :]
    scored, failed = [], set()
    for order in _orders(grid):
        try:
            scored.append((_aicc(z, order, _trend(grid)), order))
            if not math.isfinite(scored[-1][0]):
                failed.add(scored.pop()[1])
        except Exception:
            failed.add(order)
    value, order = sorted(scored)[0]
    return order, value, sorted(failed)


def select_arima__wrong_constant_unless_d_once_more(y_train, grid):
    """Looks at d alone for the constant: d=0, D=1 keeps one."""
    z = _differenced(y_train, grid["d"], grid["D"], grid["m"])
    return _more_search(z, grid, "n" if grid["d"] else "c")


def select_arima__wrong_isnan_only(y_train, grid):
    """Only NaN counts as not finite: an infinite AICc (few days) is missing in failed."""
    z = _differenced(y_train, grid["d"], grid["D"], grid["m"])
    return _more_search(z, grid, _trend(grid), finite=lambda v: not math.isnan(v))


def select_arima__wrong_seasonal_difference_of_order_m(y_train, grid):
    """np.diff(z, n=m * D) takes m differences at lag 1, not one at lag m: D=1, m=2."""
    y = np.diff(np.array(y_train, dtype=float), n=grid["d"] + grid["m"] * grid["D"])
    return _more_search(y, grid, _trend(grid))


def select_arima__wrong_divides_by_spread(y_train, grid):
    """The series is standardised for the optimiser: AICc shifts by 2 n log(sd), y not of spread 1."""
    z = _differenced(y_train, grid["d"], grid["D"], grid["m"])
    return _more_search(z / (z.std() or 1.0), grid, _trend(grid))


def select_arima__wrong_mean_subtracted(y_train, grid):
    """The mean is subtracted in place of a constant, one parameter is not counted: d = D = 0."""
    z = _differenced(y_train, grid["d"], grid["D"], grid["m"])
    return _more_search(z - z.mean() if _trend(grid) == "c" else z, grid, "n")


def select_arima__wrong_warning_is_failure(y_train, grid):
    """Warnings are made errors, so models that only warn are failed: y=[1,5,2,9,3,7], p=2, q=1."""
    z = _differenced(y_train, grid["d"], grid["D"], grid["m"])
    found, failed = {}, []
    for order in _orders(grid):
        p, _, q, P, _, Q, m = order
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                fit = ARIMA(
                    z, order=(p, 0, q), seasonal_order=(P, 0, Q, m), trend=_trend(grid)
                ).fit()
                if not math.isfinite(fit.aicc):
                    raise ValueError
                found[order] = float(fit.aicc)
            except Exception:
                failed.append(order)
    best = min(found, key=found.get) if found else None
    return best, found.get(best, math.nan), failed


def select_arima__wrong_only_linear_algebra_errors(y_train, grid):
    """except LinAlgError alone: the ValueError of q >= m with a seasonal Q ends the search (m=2)."""
    z = _differenced(y_train, grid["d"], grid["D"], grid["m"])
    return _more_search(z, grid, _trend(grid), errors=np.linalg.LinAlgError)


def select_arima__wrong_first_order_then_season(y_train, grid):
    """p and q are chosen without a season, then P and Q: not the whole grid, failed is short."""
    z = _differenced(y_train, grid["d"], grid["D"], grid["m"])
    best, _, failed = _more_search(z, grid | {"P": 0, "Q": 0}, _trend(grid))
    found = {}
    for order in _orders(grid | {"p": 0, "q": 0}):
        order = (best[0], grid["d"], best[2], *order[3:])
        try:
            found[order] = _aicc(z, order, _trend(grid))
            if not math.isfinite(found[order]):
                raise ValueError
        except Exception:
            found.pop(order, None)
            failed.append(order)
    best = min(found, key=found.get)
    return best, found[best], failed


def select_arima__wrong_one_seasonal_difference(y_train, grid):
    """if D: takes one difference however large D is: D = 2."""
    z = _differenced(y_train, grid["d"], min(grid["D"], 1), grid["m"])
    return _more_search(z, grid, _trend(grid))


# ---- Twelfth bank ------------------------------------------------------------------------


def _bb_error_in_the_twelfth(y, p, n_test, defect=None):
    """My own back-test, exact; None where no training row is left."""
    late = defect == "target_a_day_late"
    step = p if defect == "rows_side_by_side" else 1
    rows = []
    for i in range(0, len(y) - p - late, step):
        row, target = y[i : i + p], y[i + p + late]
        base = row[0] if defect == "first_day_for_last" else row[-1]
        rows.append((base, target))
    train, test = rows[:-n_test], rows[-n_test:]
    if len(rows) <= n_test:
        return None
    of_rise = rows if defect == "test_trained_on" else train
    rise = Fraction(sum(t - b for b, t in of_rise), len(of_rise))
    judged = train if defect == "judged_on_training" else test
    errors = [b + rise - t for b, t in judged]
    if defect == "errors_cancel":
        return abs(sum(errors) / len(errors))
    return sum(map(abs, errors)) / len(errors)


_BB_DEFECTS_in_the_twelfth = (
    "rows_side_by_side",
    "target_a_day_late",
    "test_trained_on",
    "judged_on_training",
    "first_day_for_last",
    "errors_cancel",
)
_BB_Y = [3, 17, 8, 42, 5, 61, 29, 90, 12, 77]


def break_backtest__right_one_series_in_the_twelfth(defect):
    return list(_BB_Y), 2, 3


def break_backtest__right_by_hand(defect):
    return {
        "rows_side_by_side": ([0, 0, 5, 5, 20, 0, 0, 9], 2, 1),
        "target_a_day_late": ([0, 1, 3, 0, 7, 2, 9], 1, 2),
        "test_trained_on": ([0, 0, 0, 0, 50], 1, 1),
        "judged_on_training": ([10, 10, 10, 10, 10, 10, 99], 2, 1),
        "first_day_for_last": ([0, 9, 1, 30, 2, 80, 3, 4, 50, 6], 3, 2),
        "errors_cancel": ([50, 50, 50, 50, 60, 50], 1, 2),
    }[defect]


def break_backtest__wrong_by_hand(defect):
    """8 days in rows of 3, side by side, make two rows, and both are the test: none is left for
    training ("first_day_for_last")."""
    return {
        "rows_side_by_side": ([0, 0, 5, 5, 20, 0, 0, 9], 2, 1),
        "target_a_day_late": ([0, 1, 3, 0, 7, 2, 9], 1, 2),
        "test_trained_on": ([0, 0, 0, 0, 50], 1, 1),
        "judged_on_training": ([10, 10, 10, 10, 10, 10, 99], 2, 1),
        "first_day_for_last": ([0, 9, 1, 30, 2, 80, 3, 4], 3, 2),
        "errors_cancel": ([50, 50, 50, 50, 60, 50], 1, 2),
    }[defect]


def break_backtest__right_search(defect):
    rng = random.Random(7)
    while True:
        p, n_test = rng.randint(1, 5), rng.randint(1, 3)
        y = [rng.randint(0, 99) for _ in range(rng.randint(8, 20))]
        if any(
            _bb_error_in_the_twelfth(y, p, n_test, each) is None
            for each in _BB_DEFECTS_in_the_twelfth
        ):
            continue
        if (
            abs(
                _bb_error_in_the_twelfth(y, p, n_test)
                - _bb_error_in_the_twelfth(y, p, n_test, defect)
            )
            > 1
        ):
            return y, p, n_test


def break_backtest__right_longest(defect):
    return [(t**3 + 7 * (t % 4) ** 3 + t) % 100 for t in range(20)], 4, 3


def break_backtest__wrong_p_is_one_in_the_twelfth(defect):
    """p = 1: rows side by side, and first day for last, are then no defect ("rows_side_by_side")."""
    return list(_BB_Y), 1, 3


def break_backtest__wrong_one_test_row_in_the_twelfth(defect):
    """n_test = 1: a single error cannot cancel ("errors_cancel")."""
    return list(_BB_Y), 2, 1


def break_backtest__wrong_errors_of_one_sign(defect):
    """Accelerating series: all errors have one sign, so none cancel ("errors_cancel")."""
    return [0, 1, 4, 9, 16, 25, 36, 49, 64, 81], 2, 3


def break_backtest__wrong_no_training_row_side_by_side(defect):
    """Side by side there are 3 rows and 3 are the test: no training row ("rows_side_by_side")."""
    if defect == "rows_side_by_side":
        return list(_BB_Y), 3, 3
    return list(_BB_Y), 2, 3


def break_backtest__wrong_no_training_row_late(defect):
    """6 days, p = 2, 3 test rows: with the late target no training row is left ("target_a_day_late")."""
    if defect == "target_a_day_late":
        return [3, 17, 8, 42, 5, 61], 2, 3
    return list(_BB_Y), 2, 3


def break_backtest__wrong_value_of_hundred(defect):
    """A day is 100, above the allowed 99 ("judged_on_training")."""
    if defect == "judged_on_training":
        return [10, 10, 10, 10, 10, 10, 100], 2, 1
    return list(_BB_Y), 2, 3


def break_backtest__wrong_twenty_one_days_in_the_twelfth(defect):
    """21 days, one more than allowed (any defect)."""
    return [(37 * t * t + 11 * t) % 100 for t in range(21)], 3, 4


def break_backtest__wrong_same_mean_rise(defect):
    """Test rises average the same as training rises, so training on them changes nothing
    ("test_trained_on")."""
    if defect == "test_trained_on":
        return [0, 10, 5, 15, 10, 30, 25, 15, 20], 1, 4
    return list(_BB_Y), 2, 3


def break_backtest__wrong_signs_split_evenly(defect):
    """Two test errors of opposite sign, both larger than the shift of the average rise: the mean
    absolute error stays ("test_trained_on")."""
    if defect == "test_trained_on":
        return [50, 52, 50, 52, 50, 52, 90, 60], 1, 2
    return list(_BB_Y), 2, 3


def break_backtest__wrong_season_repeats(defect):
    """Period 2 with an even number of rows on both sides: training and test errors are equal
    ("judged_on_training")."""
    if defect == "judged_on_training":
        return [10, 30] * 6, 2, 4
    return list(_BB_Y), 2, 3


def break_backtest__wrong_equal_ends_of_rows(defect):
    """y repeats every p - 1 days, so that a row's first and last day are equal
    ("first_day_for_last")."""
    if defect == "first_day_for_last":
        return [10, 40, 20, 10, 40, 20, 10, 40, 20, 10, 40], 4, 2
    return list(_BB_Y), 2, 3


def break_backtest__wrong_p_of_six(defect):
    """p = 6 is above 5 ("first_day_for_last")."""
    if defect == "first_day_for_last":
        return [(37 * t * t + 11 * t) % 100 for t in range(20)], 6, 1
    return list(_BB_Y), 2, 3


def break_backtest__wrong_p_and_n_test_swapped(defect):
    """Returns (y, n_test, p): p becomes 2 and n_test 5, rows side by side leave none for training
    ("rows_side_by_side")."""
    return list(_BB_Y), 2, 5


def break_backtest__wrong_float_days(defect):
    """Days are fractions, not int ("errors_cancel")."""
    return [0.5 * v for v in _BB_Y], 2, 3


def break_backtest__wrong_straight_line_late(defect):
    """A straight line is forecast without error whichever day is the target
    ("target_a_day_late")."""
    if defect == "target_a_day_late":
        return [0, 5, 10, 15, 20, 25, 30, 35, 40, 45], 2, 2
    return list(_BB_Y), 2, 3


def mase__right_numpy_in_the_twelfth(y_true, y_pred, y_train, m):
    y_true, y_pred, y_train = (np.asarray(a, dtype=float) for a in (y_true, y_pred, y_train))
    if len(y_train) <= m:
        return float("nan")
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    return float(np.abs(y_true - y_pred).mean() / scale) if scale > 0 else float("nan")


def mase__right_loops(y_true, y_pred, y_train, m):
    days = [float(v) for v in y_train]
    steps = [abs(days[t] - days[t - m]) for t in range(m, len(days))]
    total = math.fsum(steps)
    if total == 0:
        return math.nan
    missed = [abs(float(a) - float(b)) for a, b in zip(y_true, y_pred, strict=True)]
    return math.fsum(missed) / len(missed) / (total / len(steps))


def mase__right_pandas_in_the_twelfth(y_true, y_pred, y_train, m):
    scale = pd.Series(y_train).astype("float64").diff(m).abs().mean()
    error = (pd.Series(y_true).astype("float64") - pd.Series(y_pred).astype("float64")).abs().mean()
    return float(error / scale) if scale else math.nan


def mase__right_norm(y_true, y_pred, y_train, m):
    t = np.array(y_train, dtype=np.float64)
    h, k = len(y_true), len(t) - m
    if k < 1 or np.array_equal(t[m:], t[:k]):
        return np.nan
    error = np.linalg.norm(np.subtract(y_true, y_pred, dtype=np.float64), 1)
    return float(error * k / (h * np.linalg.norm(t[m:] - t[:k], 1)))


def mase__right_divide_then_repair(y_true, y_pred, y_train, m):
    error = np.abs(y_true.astype(float) - y_pred.astype(float)).mean()
    steps = np.abs(y_train[m:].astype(float) - y_train[:-m].astype(float))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = np.divide(error, steps.mean() if steps.size else 0.0)
    return value if np.isfinite(value) else np.nan


def mase__wrong_lag_one_in_the_twelfth(y_true, y_pred, y_train, m):
    """The scale uses the day before, not m days before: m = 2, y_train = [1, 5, 1, 6]."""
    t = np.asarray(y_train, float)
    if len(t) <= m:
        return math.nan
    scale = np.abs(np.diff(t)).mean()
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    return float(error / scale) if scale else math.nan


def mase__wrong_narrow_forecasts(y_true, y_pred, y_train, m):
    """Only the training series is made float: uint8 y_true 5 less y_pred 8 wraps to 253."""
    t = np.asarray(y_train, float)
    if len(t) <= m:
        return math.nan
    scale = np.abs(t[m:] - t[:-m]).mean()
    return float(np.abs(y_true - y_pred).mean() / scale) if scale else math.nan


def mase__wrong_narrow_train(y_true, y_pred, y_train, m):
    """The training series is left narrow: int8 [100, -100, 100] overflows."""
    if len(y_train) <= m:
        return math.nan
    scale = np.abs(y_train[m:] - y_train[:-m]).astype(float).mean()
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    return float(error / scale) if scale else math.nan


def mase__wrong_infinite(y_true, y_pred, y_train, m):
    """A scale of 0 gives inf when the error is above 0: y_train all equal."""
    t = np.asarray(y_train, float)
    if len(t) <= m:
        return math.nan
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    with np.errstate(all="ignore"):
        return float(np.float64(error) / np.abs(t[m:] - t[:-m]).mean())


def mase__wrong_two_seasons_needed(y_true, y_pred, y_train, m):
    """NaN below two whole seasons: m = 3 with 4 days of training has a scale."""
    t = np.asarray(y_train, float)
    if len(t) < 2 * m:
        return math.nan
    scale = np.abs(t[m:] - t[:-m]).mean()
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    return float(error / scale) if scale else math.nan


def mase__wrong_needs_m_plus_two(y_true, y_pred, y_train, m):
    """Off by one: NaN for a training series of exactly m + 1 days."""
    t = np.asarray(y_train, float)
    if len(t) <= m + 1:
        return math.nan
    scale = np.abs(t[m:] - t[:-m]).mean()
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    return float(error / scale) if scale else math.nan


def mase__wrong_roll_in_the_twelfth(y_true, y_pred, y_train, m):
    """np.roll compares the first m days with the last m ones: y_train = [0, 1, 2, 3], m = 1."""
    t = np.asarray(y_train, float)
    if len(t) <= m:
        return math.nan
    scale = np.abs(t - np.roll(t, m)).mean()
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    return float(error / scale) if scale else math.nan


def mase__wrong_tiny_scale_is_zero(y_true, y_pred, y_train, m):
    """np.isclose takes a small scale for 0: y_train in units of 1e-9."""
    t = np.asarray(y_train, float)
    if len(t) <= m:
        return math.nan
    scale = np.abs(t[m:] - t[:-m]).mean()
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    return math.nan if np.isclose(scale, 0) else float(error / scale)


def mase__wrong_all_days_in_denominator(y_true, y_pred, y_train, m):
    """The sum of differences is divided by all training days, not by n - m: any input."""
    t = np.asarray(y_train, float)
    if len(t) <= m:
        return math.nan
    scale = np.abs(t[m:] - t[:-m]).sum() / len(t)
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    return float(error / scale) if scale else math.nan


def mase__wrong_root_of_squares(y_true, y_pred, y_train, m):
    """The scale is a root mean square: training differences of unequal size, [0, 1, 4]."""
    t = np.asarray(y_train, float)
    if len(t) <= m:
        return math.nan
    scale = np.sqrt(np.mean((t[m:] - t[:-m]) ** 2))
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    return float(error / scale) if scale else math.nan


def mase__wrong_cut_to_whole_seasons(y_true, y_pred, y_train, m):
    """Reshapes to whole seasons and drops the days left over: m = 2, [0, 0, 1, 1, 9]."""
    t = np.asarray(y_train, float)
    if len(t) <= m:
        return math.nan
    if len(t) < 2 * m:
        steps = t[m:] - t[:-m]
    else:
        steps = np.diff(t[: len(t) // m * m].reshape(-1, m), axis=0)
    scale = np.abs(steps).mean()
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    return float(error / scale) if scale else math.nan


def mase__wrong_zero_error_first(y_true, y_pred, y_train, m):
    """A perfect forecast returns 0 even where there is no scale: y_train all equal, y_pred = y_true."""
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).mean()
    if error == 0:
        return 0.0
    return mase__right_numpy_in_the_twelfth(y_true, y_pred, y_train, m)


def mase__wrong_cast_to_int(y_true, y_pred, y_train, m):
    """Everything is cast to int64 against overflow: floats lose their fraction (y_pred = 4.5)."""
    a, b, t = (np.asarray(v).astype(np.int64) for v in (y_true, y_pred, y_train))
    if len(t) <= m:
        return math.nan
    scale = np.abs(t[m:] - t[:-m]).mean()
    return float(np.abs(a - b).mean() / scale) if scale else math.nan


def mase__wrong_wrap_of_abs(y_true, y_pred, y_train, m):
    """Widens to int16 only: enough for bytes, but uint16 60000 turns negative and float days lose
    their fraction; shows with uint16 y_train = [0, 60000, 0]."""
    a, b, t = (np.asarray(v) for v in (y_true, y_pred, y_train))
    a, b, t = (v.astype(np.int16) if v.dtype.kind in "iu" else v.astype(float) for v in (a, b, t))
    if len(t) <= m:
        return math.nan
    scale = np.abs(t[m:] - t[:-m]).mean()
    return float(np.abs(a - b).mean() / scale) if scale else math.nan


def mase__wrong_short_train_crashes(y_true, y_pred, y_train, m):
    """No guard for a short training series: ZeroDivisionError with 2 days and m = 5."""
    days = [float(v) for v in y_train]
    steps = [abs(days[t] - days[t - m]) for t in range(m, len(days))]
    scale = sum(steps) / len(steps)
    if scale == 0:
        return math.nan
    return float(np.mean([abs(float(a) - float(b)) for a, b in zip(y_true, y_pred)]) / scale)


def mase__wrong_negative_index(y_true, y_pred, y_train, m):
    """The loop begins at day 1 and looks back with t - m, which is negative and wraps (m = 2)."""
    days = [float(v) for v in y_train]
    if len(days) <= m:
        return math.nan
    scale = np.mean([abs(days[t] - days[t - m]) for t in range(1, len(days))])
    error = np.mean([abs(float(a) - float(b)) for a, b in zip(y_true, y_pred)])
    return float(error / scale) if scale else math.nan


def mase__wrong_sum_of_ratio(y_true, y_pred, y_train, m):
    """Divides two sums, which is right only if h equals n - m: h = 3 and n - m = 2."""
    t = np.asarray(y_train, float)
    if len(t) <= m:
        return math.nan
    scale = np.abs(t[m:] - t[:-m]).sum()
    error = np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)).sum()
    return float(error / scale) if scale else math.nan


def _km_reference(y_true, y_pred, y_train, m):
    days = [float(v) for v in y_train]
    steps = [abs(b - a) for a, b in zip(days, days[m:])]
    if not any(steps):
        return math.nan
    missed = [abs(float(a) - float(b)) for a, b in zip(y_true, y_pred)]
    return (sum(missed) / len(missed)) / (sum(steps) / len(steps))


def _km_same(got, want):
    if math.isnan(want):
        return bool(math.isnan(got))
    return bool(math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-12))


def _km_cases_in_the_twelfth():
    f, a = float, np.array
    return [
        (a([5.0, 5.0]), a([4.0, 8.0]), a([1.0, 3.0, 1.0]), 1),
        (a([5.0, 5.0, 9.0]), a([4.0, 8.0, 2.0]), a([1.0, 3.0, 2.0, 9.0, 4.0, 4.0, 7.0]), 2),
        (a([5.0, 5.0, 9.0]), a([4.0, 8.0, 2.0]), a([1.0, 3.0, 2.0, 9.0]), 3),
        (a([-5.0, 5.0]), a([4.0, -8.0]), a([-1.0, 3.0, -2.0, 9.0, -30.0]), 3),
        (a([5.0, 1.0]), a([4.0, 8.0]), a([7.0, 7.0, 7.0]), 1),
        (a([5.0, 1.0]), a([5.0, 1.0]), a([7.0, 8.0, 7.0, 8.0]), 2),
        (a([5.0, 1.0]), a([4.0, 8.0]), a([1.0, 2.0]), 2),
        (a([5.0, 1.0]), a([4.0, 8.0]), a([1.0, 2.0]), 5),
        (a([5.0, 1.0]), a([5.0, 1.0]), a([1.0, 2.0, 7.0]), 1),
        (a([5, 200], np.uint8), a([8, 10], np.uint8), a([200, 10, 0, 255], np.uint8), 1),
        (a([100, -100], np.int8), a([-100, 100], np.int8), a([100, -100, 127, 0], np.int8), 1),
        (a([60000, 1], np.uint16), a([1, 60000], np.uint16), a([0, 60000, 7, 9], np.uint16), 2),
        (a([1e-7, 3e-7]), a([2e-7, 1e-7]), a([1e-9, 4e-9, 2e-9, 9e-9], f), 1),
        (a([2.5]), a([4.75]), a([0.5, 0.25, 4.5, 1.0, 3.0, 2.0]), 4),
        (a([1.0, 2.0, 3.0, 4.0, 50.0]), a([2.0] * 5), a([0.0, 0.0, 0.0, 1.0]), 1),
    ]


def kill_mase__right_reference_cases(fn):
    return all(_km_same(fn(*case), _km_reference(*case)) for case in _km_cases_in_the_twelfth())


def kill_mase__right_by_hand_in_the_twelfth(fn):
    def near(value, y_true, y_pred, y_train, m, dtype=float):
        got = fn(*(np.array(v, dtype=dtype) for v in (y_true, y_pred, y_train)), m)
        return np.isclose(got, value, rtol=1e-9, atol=0, equal_nan=True)

    tests = [
        near(1.0, [5, 5], [4, 8], [1, 3, 1], 1),
        # differences at lag 2: 1, 6, 2, 5, 3, so 17 / 5; errors 1, 3, 7
        near((11 / 3) / (17 / 5), [5, 5, 9], [4, 8, 2], [1, 3, 2, 9, 4, 4, 7], 2),
        near(8.0 / 8, [0], [8], [1, 3, 2, 9], 3),
        near(2.5 / 5, [0, 0], [3, 2], [0, 100, 5, 105, 10], 2),
        near(0.0, [1, 2], [1, 2], [0, 4], 1),
        near(np.nan, [5, 1], [4, 8], [7, 7, 7], 1),
        near(np.nan, [5, 1], [4, 8], [7, 9, 7, 9, 7], 2),
        near(np.nan, [5, 1], [5, 1], [7, 7, 7], 1),
        near(np.nan, [5, 1], [4, 8], [7, 9], 2),
        near(np.nan, [5, 1], [4, 8], [7, 9], 3),
        near(1.0, [60000, 0], [0, 60000], [0, 60000, 0], 1, np.uint16),
        near(1.0, [2.5], [4.75], [0.5, 0.25, 2.75], 2),
        near(200 / 200, [100, -100], [-100, 100], [100, -100, 100], 1, np.int8),
        near(3 / 190, [5, 5], [8, 2], [10, 200, 10], 1, np.uint8),
        near(50.0, [0], [5e-8], [1e-9, 2e-9], 1),
    ]
    return bool(all(tests))


def kill_mase__right_random_in_the_twelfth(fn):
    rng = np.random.default_rng(3)
    for trial in range(60):
        dtype = [np.float64, np.uint8, np.int8, np.int16, np.int64][trial % 5]
        low = 0 if dtype is np.uint8 else -120
        m, h = int(rng.integers(1, 5)), int(rng.integers(1, 6))
        n = int(rng.integers(1, 14))
        y_true, y_pred, y_train = (rng.integers(low, 121, k).astype(dtype) for k in (h, h, n))
        if trial % 7 == 0:
            y_train = np.resize(y_train[:m], n)
        got = fn(y_true.copy(), y_pred.copy(), y_train.copy(), m)
        if not _km_same(got, _km_reference(y_true, y_pred, y_train, m)):
            return False
    flat = np.array([4.0, 4.0, 4.0])
    big = (np.array([60000, 3], np.uint16), np.array([7, 60001], np.uint16))
    train = np.array([1, 60000, 5, 40000], np.uint16)
    if not np.isnan(fn(flat, flat + 0, flat + 1, 1)):
        return False
    if not _km_same(fn(*big, train, 1), _km_reference(*big, train, 1)):
        return False
    tiny = fn(np.array([0.0]), np.array([1.0]), np.array([0.0, 1e-10, 3e-10]), 1)
    return _km_same(tiny, 1 / 1.5e-10)


def kill_mase__wrong_example_only(fn):
    """Only the docstring's example: accepts root mean squares, lag 1, inf for no scale, and more."""
    return bool(fn(np.array([5.0, 5.0]), np.array([4.0, 8.0]), np.array([1.0, 3.0, 1.0]), 1) == 1.0)


def kill_mase__wrong_nan_passes(fn):
    """abs(got - want) > tol is never true with NaN: accepts a function that is always NaN."""
    for case in _km_cases_in_the_twelfth():
        if abs(fn(*case) - _km_reference(*case)) > 1e-9:
            return False
    return True


def kill_mase__wrong_nan_equality(fn):
    """Compares NaN with ==, so that every right implementation is rejected."""
    for case in _km_cases_in_the_twelfth():
        want = _km_reference(*case)
        if not (fn(*case) == want or math.isclose(fn(*case), want)):
            return False
    return True


def kill_mase__wrong_exact_equality_in_the_twelfth(fn):
    """Demands equal bits: rejects a right one that adds or divides in another order (norm, fsum)."""
    rng = np.random.default_rng(0)
    for _ in range(30):
        case = (rng.normal(size=5), rng.normal(size=5), rng.normal(size=17), 2)
        if fn(*case) != mase__right_numpy_in_the_twelfth(*case):
            return False
    return all(_km_same(fn(*case), _km_reference(*case)) for case in _km_cases_in_the_twelfth())


def kill_mase__wrong_is_nan(fn):
    """Checks ``is np.nan``: rejects right ones that return float("nan") or a computed NaN."""
    for case in _km_cases_in_the_twelfth():
        want = _km_reference(*case)
        got = fn(*case)
        if math.isnan(want):
            if got is not np.nan:
                return False
        elif not math.isclose(got, want):
            return False
    return True


def kill_mase__wrong_floats_of_equal_error(fn):
    """All errors and all training differences are equal, m is 1 and nothing is narrow: accepts root
    mean squares, medians, lag 1, lag from y_true, inf for no scale."""
    a = np.array
    return _km_same(fn(a([5.0, 5.0]), a([8.0, 2.0]), a([1.0, 3.0, 1.0, 3.0]), 1), 1.5) and _km_same(
        fn(a([5.0, 9.0, 7.0]), a([4.0, 8.0, 6.0]), a([6.0, 2.0, -2.0]), 1), 0.25
    )


def kill_mase__wrong_lists(fn):
    """Passes lists where the contract says ndarray: a right one that calls y.astype is rejected."""
    for y_true, y_pred, y_train, m in _km_cases_in_the_twelfth():
        got = fn(y_true.tolist(), y_pred.tolist(), y_train.tolist(), m)
        if not _km_same(got, _km_reference(y_true, y_pred, y_train, m)):
            return False
    return True


def kill_mase__wrong_two_seasons_expected(fn):
    """Expects NaN below two seasons, as many libraries do: rejects every right one."""
    y = np.array([1.0, 4.0])
    few = fn(y, y + 1, np.array([1.0, 3.0, 2.0, 9.0]), 3)
    return bool(math.isnan(few)) and all(
        _km_same(fn(*case), _km_reference(*case)) for case in _km_cases_in_the_twelfth()[:2]
    )


def kill_mase__wrong_infinity_expected(fn):
    """Expects inf for a scale of 0 and an error above 0: rejects every right one."""
    for case in _km_cases_in_the_twelfth():
        want = _km_reference(*case)
        if len(case[2]) > case[3] and math.isnan(want):
            want = math.inf if np.any(case[0] != case[1]) else math.nan
        if not _km_same(fn(*case), want):
            return False
    return True


def kill_mase__wrong_no_corner_cases(fn):
    """The NaN cases are left out and narrow types too: accepts inf, 0 and overflow of any kind."""
    a = np.array
    cases = [
        (a([5.0, 5.0, 9.0]), a([4.0, 8.0, 2.0]), a([1.0, 3.0, 2.0, 9.0, 4.0, 4.0, 7.0]), 2),
        (a([5.0, 5.0]), a([4.0, 8.0]), a([1.0, 3.0, 1.0, 7.0, 3.0]), 1),
    ]
    return all(_km_same(fn(*case), _km_reference(*case)) for case in cases)


def kill_mase__wrong_numpy_float_needed(fn):
    """Demands np.floating: rejects a right one that returns a Python float."""
    return all(
        isinstance(fn(*case), np.floating) and _km_same(fn(*case), _km_reference(*case))
        for case in _km_cases_in_the_twelfth()
    )


def kill_mase__wrong_verdict_after_first_case(fn):
    """``return`` inside the loop: only the first case, the docstring's example, decides."""
    for case in _km_cases_in_the_twelfth():
        if not _km_same(fn(*case), _km_reference(*case)):
            return False
        return True


def _ar_fit_in_the_twelfth(y, p, first=None, last=None):
    """Intercept and weights (latest day first) by least squares."""
    y = np.asarray(y, dtype=float)
    first, last = first or p, last or len(y)
    rows = [[1.0, *(y[t - k] for k in range(1, p + 1))] for t in range(first, last)]
    return np.linalg.lstsq(np.array(rows), y[first:last], rcond=None)[0]


def _ar_run_in_the_twelfth(y, weights, p, h):
    days = [float(v) for v in y]
    for _ in range(h):
        days.append(weights[0] + sum(weights[k] * days[-k] for k in range(1, p + 1)))
    return np.array(days[len(days) - h :])


def ar_forecast__right_loops(y, p, h):
    return _ar_run_in_the_twelfth(y, _ar_fit_in_the_twelfth(y, p), p, h)


def ar_forecast__right_centred_qr(y, p, h):
    y = np.array(y, dtype=float)
    windows = np.lib.stride_tricks.sliding_window_view(y, p + 1)
    means = windows.mean(axis=0)
    q, r = np.linalg.qr(windows[:, :p] - means[:p])
    weights = linalg.solve_triangular(r, q.T @ (windows[:, p] - means[p]))
    window = deque(y[-p:], maxlen=p)
    out = []
    for _ in range(h):
        out.append(means[p] + weights @ (np.array(window) - means[:p]))
        window.append(out[-1])
    return np.array(out)


def ar_forecast__right_statsmodels(y, p, h):
    y = np.asarray(y, dtype=float)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = AutoReg(y, lags=p, trend="c").fit()
    return np.asarray(model.predict(len(y), len(y) + h - 1, dynamic=False), dtype=float)


def ar_forecast__right_pandas_companion(y, p, h):
    s = pd.Series(np.asarray(y, dtype="float64"))
    frame = pd.concat({k: s.shift(k) for k in range(p + 1)}, axis=1).dropna()
    x = np.column_stack([frame[list(range(1, p + 1))].to_numpy(), np.ones(len(frame))])
    weights = linalg.lstsq(x, frame[0].to_numpy())[0]
    step = np.eye(p + 1, k=-1)
    step[0], step[p], step[p, p] = weights, 0, 1
    if p >= 1:
        step[p, :p] = 0
    state = np.append(s.to_numpy()[::-1][:p], 1.0)
    out = np.empty(h)
    for i in range(h):
        state = step @ state
        out[i] = state[0]
    return out


def ar_forecast__wrong_weights_reversed(y, p, h):
    """The row runs oldest first in the fit and latest first in the forecast: p = 2."""
    w = _ar_fit_in_the_twelfth(y, p)
    return _ar_run_in_the_twelfth(y, np.append(w[0], w[:0:-1]), p, h)


def ar_forecast__wrong_no_intercept_in_the_twelfth(y, p, h):
    """No intercept: any series whose level is not 0."""
    y = np.asarray(y, float)
    x = np.lib.stride_tricks.sliding_window_view(y[:-1], p)[:, ::-1]
    w = np.linalg.lstsq(x, y[p:], rcond=None)[0]
    return _ar_run_in_the_twelfth(y, np.append(0.0, w), p, h)


def ar_forecast__wrong_mean_taken_off(y, p, h):
    """Takes off the mean of y in place of fitting an intercept: rows and targets have other means,
    so the least squares are missed on a short series."""
    y = np.asarray(y, float)
    z = y - y.mean()
    x = np.lib.stride_tricks.sliding_window_view(z[:-1], p)[:, ::-1]
    w = np.linalg.lstsq(x, z[p:], rcond=None)[0]
    return y.mean() + _ar_run_in_the_twelfth(z, np.append(0.0, w), p, h)


def ar_forecast__wrong_yule_walker(y, p, h):
    """Yule-Walker by autocovariances, another estimate than least squares: short series."""
    y = np.asarray(y, float)
    z = y - y.mean()
    r = np.array([z[: len(z) - k] @ z[k:] for k in range(p + 1)])
    w = np.linalg.lstsq(linalg.toeplitz(r[:p]), r[1:], rcond=None)[0]
    return y.mean() + _ar_run_in_the_twelfth(z, np.append(0.0, w), p, h)


def ar_forecast__wrong_first_row_lost(y, p, h):
    """The slice y[t-1 : t-p-1 : -1] is empty at t = p, so the loop starts one day late: noisy y."""
    return _ar_run_in_the_twelfth(y, _ar_fit_in_the_twelfth(y, p, first=p + 1), p, h)


def ar_forecast__wrong_last_row_lost(y, p, h):
    """range(p, n - 1): the last day is never a target. Right on an exact recursion, not with noise."""
    return _ar_run_in_the_twelfth(y, _ar_fit_in_the_twelfth(y, p, last=len(y) - 1), p, h)


def ar_forecast__wrong_integer_buffer(y, p, h):
    """Forecasts are written into an array of y's own type: integers cut them off (int y)."""
    w = _ar_fit_in_the_twelfth(y, p)
    days = np.append(y, np.zeros(h, dtype=y.dtype))
    for t in range(len(y), len(days)):
        with np.errstate(all="ignore"):
            days[t] = w[0] + sum(w[k] * float(days[t - k]) for k in range(1, p + 1))
    return days[len(y) :].astype(float)


def ar_forecast__wrong_one_step_repeated(y, p, h):
    """The window is never moved, so every day gets tomorrow's forecast: h = 2."""
    return np.repeat(_ar_run_in_the_twelfth(y, _ar_fit_in_the_twelfth(y, p), p, 1), h)


def ar_forecast__wrong_direct_in_the_twelfth(y, p, h):
    """A regression of its own for each step ahead, in place of the recursion: h = 2 with noise."""
    y = np.asarray(y, float)
    out = []
    for step in range(h):
        rows = range(p - 1, len(y) - 1 - step)
        x = np.array([[1.0, *y[t - p + 1 : t + 1][::-1]] for t in rows])
        if len(x) < p + 1:
            out.append(out[-1])
            continue
        w = np.linalg.lstsq(x, np.array([y[t + 1 + step] for t in rows]), rcond=None)[0]
        out.append(w[0] + w[1:] @ y[-p:][::-1])
    return np.array(out)


def ar_forecast__wrong_ridge(y, p, h):
    """A ridge of 1e-3 "for stability", on the intercept too: a series of small values (0.01)."""
    y = np.asarray(y, float)
    x = np.column_stack([np.ones(len(y) - p), *(y[p - k : len(y) - k] for k in range(1, p + 1))])
    w = np.linalg.solve(x.T @ x + 1e-3 * np.eye(p + 1), x.T @ y[p:])
    return _ar_run_in_the_twelfth(y, w, p, h)


def ar_forecast__wrong_rcond(y, p, h):
    """pinv with rcond=1e-4 drops a direction that the data do determine: level 1e3, noise 1 (off by 1.3)."""
    y = np.asarray(y, float)
    x = np.column_stack([np.ones(len(y) - p), *(y[p - k : len(y) - k] for k in range(1, p + 1))])
    return _ar_run_in_the_twelfth(y, np.linalg.pinv(x, rcond=1e-4) @ y[p:], p, h)


def ar_forecast__wrong_not_below_zero(y, p, h):
    """Forecasts are cut at 0, as sales are never negative; y may be negative (logs, returns)."""
    w = _ar_fit_in_the_twelfth(y, p)
    days = [float(v) for v in y]
    for _ in range(h):
        days.append(max(0.0, w[0] + sum(w[k] * days[-k] for k in range(1, p + 1))))
    return np.array(days[len(days) - h :])


def ar_forecast__wrong_writes_into_y(y, p, h):
    """Rolls the forecasts into y itself, when it is already float: y is changed."""
    w = _ar_fit_in_the_twelfth(y, p)
    y = np.asarray(y, dtype=float)
    window, out = y[-p:], []
    for _ in range(h):
        out.append(w[0] + w[1:] @ window[::-1])
        window[:-1] = window[1:].copy()
        window[-1] = out[-1]
    return np.array(out)


def ar_forecast__wrong_horizon_beyond_p(y, p, h):
    """After p forecasts the window holds no new one: it keeps the first p forecasts (h > p + 1)."""
    w = _ar_fit_in_the_twelfth(y, p)
    days = [float(v) for v in y]
    n = len(days)
    for i in range(h):
        t = n + min(i, p)
        days.append(w[0] + sum(w[k] * days[t - k] for k in range(1, p + 1)))
    return np.array(days[n:])


def ar_forecast__wrong_narrow_differences(y, p, h):
    """Takes off the first day for numerical safety before the cast: uint8 wraps below 0."""
    with np.errstate(all="ignore"):
        z = (y - y[0]).astype(float)
    return float(y[0]) + _ar_run_in_the_twelfth(z, _ar_fit_in_the_twelfth(z, p), p, h)


def ar_forecast__wrong_new_day_at_wrong_end(y, p, h):
    """The new forecast is put in at the oldest place of the window: p = 2, h = 2."""
    w = _ar_fit_in_the_twelfth(y, p)
    window = [float(v) for v in y[::-1][:p]]
    out = []
    for _ in range(h):
        out.append(w[0] + sum(a * b for a, b in zip(w[1:], window)))
        window = window[:-1] + [out[-1]]
    return np.array(out)


def holt_winters__right_loop_in_the_twelfth(y, m, alpha, gamma, h):
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old, place = level, t % m
        level = alpha * (y[t] - season[place]) + (1 - alpha) * old
        season[place] = gamma * (y[t] - old) + (1 - gamma) * season[place]
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__right_deque(y, m, alpha, gamma, h):
    days = [float(v) for v in y]
    level = math.fsum(days[:m]) / m
    season = deque(day - level for day in days[:m])
    for day in days[m:]:
        old = season.popleft()
        season.append(gamma * (day - level) + (1 - gamma) * old)
        level = alpha * (day - old) + (1 - alpha) * level
    return np.array([level + s for s in itertools.islice(itertools.cycle(season), h)])


def holt_winters__right_state_matrix(y, m, alpha, gamma, h):
    y = np.array(y, dtype=np.float64)
    state = np.append(y[:m].mean(), y[:m] - y[:m].mean())  # level, then the next day's season first
    step = np.zeros((m + 1, m + 1))
    step[0, :2] = 1 - alpha, -alpha
    step[1:m, 2:] = np.eye(m - 1)
    step[m, :2] = -gamma, 1 - gamma
    gain = np.zeros(m + 1)
    gain[0], gain[m] = alpha, gamma
    for day in y[m:]:
        state = step @ state + gain * day
    return np.resize(state[0] + state[1:], h)


def holt_winters__right_error_form(y, m, alpha, gamma, h):
    """A forecast that is fed back as a day changes nothing."""
    days = [float(v) for v in y]
    level = sum(days[:m]) / m
    season = {t: days[t] - level for t in range(m)}
    n = len(days)
    for t in range(m, n + h):
        expected = level + season[t - m]
        error = days[t] - expected if t < n else 0.0
        if t >= n:
            days.append(expected)
        season[t] = season[t - m] + gamma * error
        level += alpha * error
    return np.array(days[n:])


def holt_winters__wrong_new_level_in_the_twelfth(y, m, alpha, gamma, h):
    """The season is updated with the new level: any day that surprises."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - level) + (1 - gamma) * season[t % m]
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_new_season_in_level(y, m, alpha, gamma, h):
    """The season is updated first, and the level then uses the new seasonal value."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        season[t % m] = gamma * (y[t] - level) + (1 - gamma) * season[t % m]
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_phase_from_zero(y, m, alpha, gamma, h):
    """The forecast starts at place 0, right only with whole seasons: 5 days, m = 2."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return level + np.resize(season, h)


def holt_winters__right_from_day_zero_in_the_twelfth(y, m, alpha, gamma, h):
    """Looks wrong and is right: the first m days are no surprise to the level that they started."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_integer_season_in_the_twelfth(y, m, alpha, gamma, h):
    """The season keeps the type of y, and integers cut it off: y of int with a mean of 15.5."""
    level = float(np.mean(y[:m], dtype=float))
    season = np.zeros(m, dtype=np.int64 if y.dtype.kind in "iu" else float)
    season[:] = y[:m].astype(float) - level
    for t in range(m, len(y)):
        old, day = level, float(y[t])
        level = alpha * (day - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (day - old) + (1 - gamma) * season[t % m]
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__right_any_first_level(y, m, alpha, gamma, h):
    """Looks wrong and is right: what the first level lacks, the season has, and the sum is kept."""
    y = np.asarray(y, float)
    level = float(y[0])
    season = y[:m] - level
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_zero_is_default(y, m, alpha, gamma, h):
    """``gamma or 0.1``: a gamma (or alpha) of 0 is taken as not given."""
    return holt_winters__right_loop_in_the_twelfth(y, m, alpha or 0.3, gamma or 0.1, h)


def holt_winters__wrong_one_season_only(y, m, alpha, gamma, h):
    """No more than m days are forecast: h = m + 1 gives a shorter array."""
    return holt_winters__right_loop_in_the_twelfth(y, m, alpha, gamma, min(h, m))


def holt_winters__wrong_drops_incomplete_season(y, m, alpha, gamma, h):
    """Cuts the last days to whole seasons and forecasts from there: 5 days, m = 2."""
    whole = len(y) // m * m
    return holt_winters__right_loop_in_the_twelfth(y[:whole], m, alpha, gamma, h + len(y) - whole)[
        len(y) - whole :
    ]


def holt_winters__wrong_drops_first_days(y, m, alpha, gamma, h):
    """Cuts the first days to whole seasons, so the start is another one: 5 days, m = 2."""
    return holt_winters__right_loop_in_the_twelfth(y[len(y) % m :], m, alpha, gamma, h)


def holt_winters__wrong_season_centred(y, m, alpha, gamma, h):
    """The season is centred at the end so that it sums to 0, without moving the level."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    season -= season.mean()
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_season_by_season(y, m, alpha, gamma, h):
    """A whole season is updated with the level that stood before it: two later days."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    for first in range(m, len(y), m):
        block = y[first : first + m]
        k = len(block)
        fresh = gamma * (block - level) + (1 - gamma) * season[:k]
        for day, s in zip(block, season):
            level = alpha * (day - s) + (1 - alpha) * level
        season[:k] = fresh
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_view_of_y(y, m, alpha, gamma, h):
    """The season is a view of y when y is already float, so y is changed in place."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m]
    season -= level
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__wrong_single_precision(y, m, alpha, gamma, h):
    """Narrow floats are kept: float16 days of 2000 and more are rounded to whole numbers."""
    y = y.astype(np.result_type(y.dtype, np.float16))
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return np.array([level + season[(len(y) + k) % m] for k in range(h)], dtype=float)


def holt_winters__wrong_not_below_zero_in_the_twelfth(y, m, alpha, gamma, h):
    """Cuts at 0: a season that swings below 0 (logs, temperatures) is allowed."""
    return np.maximum(holt_winters__right_loop_in_the_twelfth(y, m, alpha, gamma, h), 0)


def holt_winters__wrong_gamma_scaled(y, m, alpha, gamma, h):
    """The textbook form gamma* = gamma (1 - alpha), as in ETS(A,N,A) with the new level."""
    return holt_winters__right_loop_in_the_twelfth(y, m, alpha, gamma * (1 - alpha), h)


def holt_winters__wrong_last_m_days(y, m, alpha, gamma, h):
    """The forecast walks the season from the last day, not from the day after it."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return np.array([level + season[(len(y) - 1 + k) % m] for k in range(h)])


def rolling_origin__right_range_in_the_twelfth(y, fit_predict, start, h, step):
    out = []
    for o in range(start, len(y) - h + 1, step):
        missed = np.asarray(y[o : o + h], float) - np.asarray(fit_predict(y[:o], h), float)
        out.append((o, float(np.abs(missed).mean())))
    return out


def rolling_origin__right_recursive_lists(y, fit_predict, start, h, step):
    if start + h > len(y):
        return []
    forecast = fit_predict(y[:start].copy(), h)
    total = 0.0
    for k in range(h):
        total += abs(float(y[start + k]) - float(forecast[k]))
    return [
        (start, total / h),
        *rolling_origin__right_recursive_lists(y, fit_predict, start + step, h, step),
    ]


def rolling_origin__right_matrix(y, fit_predict, start, h, step):
    origins = np.arange(start, max(start, len(y) - h + 1), step).tolist()
    if not origins:
        return []
    forecasts = np.array([np.array(fit_predict(y[:o], h), dtype="float64") for o in origins])
    truth = np.array([y[o : o + h] for o in origins], dtype="float64")
    return list(zip(origins, np.abs(truth - forecasts).mean(axis=1).tolist(), strict=True))


def rolling_origin__right_while_in_the_twelfth(y, fit_predict, start, h, step):
    out, origin = [], start
    while len(y[origin : origin + h]) == h:
        pairs = zip(y[origin : origin + h].tolist(), fit_predict(y[:origin], h))
        out.append((origin, statistics.fmean(abs(float(a) - float(b)) for a, b in pairs)))
        origin += step
    return out


def rolling_origin__wrong_last_origin_lost_in_the_twelfth(y, fit_predict, start, h, step):
    """range ends at len(y) - h: the last origin, from which exactly h days remain, is lost."""
    return [
        (
            o,
            float(
                np.mean(
                    np.abs(y[o : o + h].astype(float) - np.asarray(fit_predict(y[:o], h), float))
                )
            ),
        )
        for o in range(start, len(y) - h, step)
    ]


def rolling_origin__wrong_short_last_window(y, fit_predict, start, h, step):
    """Origins near the end with fewer than h days are judged on what remains: h = 3, 2 days left."""
    out = []
    for o in range(start, len(y), step):
        truth = y[o : o + h].astype(float)
        out.append(
            (
                o,
                float(
                    np.abs(truth - np.asarray(fit_predict(y[:o], h), float)[: len(truth)]).mean()
                ),
            )
        )
    return out


def rolling_origin__wrong_narrow_in_the_twelfth(y, fit_predict, start, h, step):
    """Subtracts before the cast: uint8 days and a forecaster that returns uint8 wrap."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        with np.errstate(all="ignore"):
            out.append(
                (o, float(np.mean(np.abs(y[o : o + h] - np.asarray(fit_predict(y[:o], h))))))
            )
    return out


def rolling_origin__wrong_sliding_history(y, fit_predict, start, h, step):
    """A window of ``start`` days, not all days: a forecaster that uses the mean of its history."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        missed = y[o : o + h].astype(float) - np.asarray(fit_predict(y[o - start : o], h), float)
        out.append((o, float(np.abs(missed).mean())))
    return out


def rolling_origin__wrong_knows_the_origin_in_the_twelfth(y, fit_predict, start, h, step):
    """The history includes the day of the origin (y[:o + 1])."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        missed = y[o : o + h].astype(float) - np.asarray(fit_predict(y[: o + 1], h), float)
        out.append((o, float(np.abs(missed).mean())))
    return out


def rolling_origin__wrong_counted_from_the_end(y, fit_predict, start, h, step):
    """Origins are counted back from the last possible one; right if step divides n - h - start."""
    out = []
    for o in range(len(y) - h, start - 1, -step):
        missed = y[o : o + h].astype(float) - np.asarray(fit_predict(y[:o], h), float)
        out.append((o, float(np.abs(missed).mean())))
    return out[::-1]


def rolling_origin__wrong_list_forecast(y, fit_predict, start, h, step):
    """Calls a method of arrays on the forecast: a forecaster that returns a list breaks it."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        missed = y[o : o + h].astype(float) - fit_predict(y[:o], h).astype(float)
        out.append((o, float(np.abs(missed).mean())))
    return out


def rolling_origin__wrong_last_day_of_horizon(y, fit_predict, start, h, step):
    """Only the day h ahead is judged, right for h = 1."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        out.append((o, abs(float(y[o + h - 1]) - float(fit_predict(y[:o], h)[-1]))))
    return out


def rolling_origin__wrong_forecast_once(y, fit_predict, start, h, step):
    """The forecaster is fitted once, at the first origin, and its long forecast is cut in pieces."""
    origins = list(range(start, len(y) - h + 1, step))
    if not origins:
        return []
    ahead = np.asarray(fit_predict(y[:start], origins[-1] + h - start), float)
    return [
        (o, float(np.abs(y[o : o + h].astype(float) - ahead[o - start : o - start + h]).mean()))
        for o in origins
    ]


def rolling_origin__wrong_errors_cancel(y, fit_predict, start, h, step):
    """abs of the mean error, right for h = 1 and where errors have one sign."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        missed = y[o : o + h].astype(float) - np.asarray(fit_predict(y[:o], h), float)
        out.append((o, float(abs(missed.mean()))))
    return out


def rolling_origin__wrong_root_mean_square(y, fit_predict, start, h, step):
    """Root of the mean square, equal for h = 1 and for errors of one size."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        missed = y[o : o + h].astype(float) - np.asarray(fit_predict(y[:o], h), float)
        out.append((o, float(np.sqrt((missed**2).mean()))))
    return out


def rolling_origin__wrong_step_is_horizon(y, fit_predict, start, h, step):
    """Moves on by max(step, h) so that windows do not overlap: step = 1, h = 2."""
    return rolling_origin__right_range_in_the_twelfth(y, fit_predict, start, h, max(step, h))


def rolling_origin__wrong_cuts_fractions(y, fit_predict, start, h, step):
    """Casts forecasts to the type of y: for integer days a forecast of 2.5 becomes 2."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        forecast = np.zeros(h, dtype=y.dtype)
        forecast[:] = np.asarray(fit_predict(y[:o], h)).astype(y.dtype)
        out.append((o, float(np.abs(y[o : o + h].astype(float) - forecast.astype(float)).mean())))
    return out


def rolling_origin__wrong_at_least_one_origin(y, fit_predict, start, h, step):
    """Judges before it tests the end: with fewer than h days after ``start`` it returns one entry."""
    out, o = [], start
    while True:
        truth = y[o : o + h].astype(float)
        forecast = np.asarray(fit_predict(y[:o], h), float)[: len(truth)]
        out.append((o, float(np.abs(truth - forecast).mean()) if len(truth) else math.nan))
        o += step
        if o + h > len(y):
            return out


_ro_memory = {}


def rolling_origin__wrong_forecasts_remembered(y, fit_predict, start, h, step):
    """Remembers forecasts by (origin, h) across calls: another y or forecaster gets the old ones."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        if (o, h) not in _ro_memory:
            _ro_memory[o, h] = np.asarray(fit_predict(y[:o], h), float)
        out.append((o, float(np.abs(y[o : o + h].astype(float) - _ro_memory[o, h]).mean())))
    return out


def rolling_origin__wrong_one_step_forecasts(y, fit_predict, start, h, step):
    """Forecasts day by day with h = 1 and the days in between known: h = 2."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        missed = [float(y[t]) - float(fit_predict(y[:t], 1)[0]) for t in range(o, o + h)]
        out.append((o, float(np.mean(np.abs(missed)))))
    return out


def rolling_origin__wrong_step_from_zero(y, fit_predict, start, h, step):
    """Origins are the multiples of step from ``start`` on: start = 3, step = 2 begins at 4."""
    first = -(-start // step) * step
    return rolling_origin__right_range_in_the_twelfth(y, fit_predict, first, h, step)


def back_transform__right_formulas_in_the_twelfth(mu, sd, loss):
    mu, sd = np.asarray(mu, dtype=float), np.asarray(sd, dtype=float)
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)
    return np.exp(mu + sd * stats.norm.ppf(loss))


def back_transform__right_loop_normaldist(mu, sd, loss):
    standard = statistics.NormalDist()
    out = []
    for centre, spread in zip(mu.tolist(), sd.tolist(), strict=True):
        if loss == "squared":
            shift = spread * spread / 2
        else:
            shift = spread * standard.inv_cdf(0.5 if loss == "absolute" else float(loss))
        out.append(math.exp(centre + shift))
    return np.array(out, dtype=float)


def back_transform__right_special(mu, sd, loss):
    shift = {"absolute": lambda s: 0.0 * s, "squared": lambda s: 0.5 * s * s}.get(
        loss, lambda s: s * math.sqrt(2) * special.erfinv(2 * float(loss) - 1)
    )
    return np.exp(mu) * np.exp(shift(sd))


def back_transform__right_brent(mu, sd, loss):
    """The quantile as the root of the distribution function, where sd is above 0."""
    if loss == "squared":
        return np.exp(mu + np.square(sd) / 2)
    q = 0.5 if loss == "absolute" else loss
    z = optimize.brentq(lambda x: special.ndtr(x) - q, -40, 40, xtol=1e-13)
    return np.exp(mu + z * sd)


def back_transform__wrong_scipy_lognorm(mu, sd, loss):
    """lognorm.ppf with s = 0 is NaN: a day with sd = 0."""
    law = stats.lognorm(s=sd, scale=np.exp(mu))
    if loss == "absolute":
        return law.median()
    return law.mean() if loss == "squared" else law.ppf(loss)


def back_transform__wrong_norm_scale_zero(mu, sd, loss):
    """norm.ppf(q, mu, 0) is NaN: only a quantile on a day with sd = 0."""
    if loss == "absolute":
        return np.exp(mu)
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)
    return np.exp(stats.norm.ppf(loss, mu, sd))


def back_transform__wrong_mean_for_absolute(mu, sd, loss):
    """The absolute error gets the mean as well: sd above 0."""
    if loss in ("absolute", "squared"):
        return np.exp(mu + sd**2 / 2)
    return np.exp(mu + sd * stats.norm.ppf(loss))


def back_transform__wrong_quantile_of_other_side(mu, sd, loss):
    """Takes the 1 - q quantile, the two costs swapped: any q but 0.5."""
    if isinstance(loss, str):
        return back_transform__right_formulas_in_the_twelfth(mu, sd, loss)
    return np.exp(mu + sd * stats.norm.ppf(1 - loss))


def back_transform__wrong_sd_not_squared(mu, sd, loss):
    """The mean is exp(mu + sd / 2): right only for sd of 0 and of 1."""
    if loss == "squared":
        return np.exp(mu + sd / 2)
    return back_transform__right_formulas_in_the_twelfth(mu, sd, loss)


def back_transform__wrong_pooled_sd(mu, sd, loss):
    """One sd, the mean over the days, for all days: days whose sd differ."""
    return back_transform__right_formulas_in_the_twelfth(mu, np.full(len(sd), sd.mean()), loss)


def back_transform__wrong_quantile_about_mean(mu, sd, loss):
    """A normal interval about the mean of sales: mean plus z times the standard deviation."""
    if isinstance(loss, str):
        return back_transform__right_formulas_in_the_twelfth(mu, sd, loss)
    mean = np.exp(mu + sd**2 / 2)
    return mean + stats.norm.ppf(loss) * mean * np.sqrt(np.expm1(sd**2))


def back_transform__wrong_mean_then_quantile(mu, sd, loss):
    """The bias correction is kept under the quantile: exp(mu + sd^2 / 2 + z sd)."""
    if isinstance(loss, str):
        return back_transform__right_formulas_in_the_twelfth(mu, sd, loss)
    return np.exp(mu + sd**2 / 2 + sd * stats.norm.ppf(loss))


def back_transform__wrong_draws(mu, sd, loss):
    """A quantile and a mean of 4,000 draws: off by per cents, and right at sd = 0 only."""
    z = np.random.default_rng(0).standard_normal((4000, 1))
    sales = np.exp(mu + sd * z)
    if loss == "squared":
        return sales.mean(axis=0)
    return np.quantile(sales, 0.5 if loss == "absolute" else loss, axis=0)


def back_transform__wrong_table_of_z(mu, sd, loss):
    """z is rounded to two digits as in a printed table: q = 0.9 gives 1.28, off with a large sd."""
    if isinstance(loss, str):
        return back_transform__right_formulas_in_the_twelfth(mu, sd, loss)
    return np.exp(mu + sd * round(float(stats.norm.ppf(loss)), 2))


def back_transform__wrong_upper_quantiles_only(mu, sd, loss):
    """abs(z): a q below 0.5 gives the quantile 1 - q."""
    if isinstance(loss, str):
        return back_transform__right_formulas_in_the_twelfth(mu, sd, loss)
    return np.exp(mu + sd * abs(stats.norm.ppf(loss)))


def back_transform__wrong_q_clipped(mu, sd, loss):
    """q is clipped to 0.01 ... 0.99 against infinities: q = 0.001."""
    if isinstance(loss, str):
        return back_transform__right_formulas_in_the_twelfth(mu, sd, loss)
    return np.exp(mu + sd * stats.norm.ppf(np.clip(loss, 0.01, 0.99)))


def back_transform__wrong_mu_in_place(mu, sd, loss):
    """``mu += ...`` changes the caller's array ("squared" and quantiles)."""
    if loss == "squared":
        mu += sd**2 / 2
    elif loss != "absolute":
        mu += sd * stats.norm.ppf(loss)
    return np.exp(mu)


def back_transform__wrong_median_is_half(mu, sd, loss):
    """A number is a share of the mean of sales, q / 0.5 times the median: right at q = 0.5."""
    if isinstance(loss, str):
        return back_transform__right_formulas_in_the_twelfth(mu, sd, loss)
    return np.exp(mu) * loss / 0.5


def back_transform__wrong_mode_for_squared(mu, sd, loss):
    """The most frequent value exp(mu - sd^2) for the squared error."""
    if loss == "squared":
        return np.exp(mu - sd**2)
    return back_transform__right_formulas_in_the_twelfth(mu, sd, loss)


def back_transform__wrong_costs_of_log(mu, sd, loss):
    """Takes expected squares of the *logarithm*: "squared" is exp(mu) as well."""
    if isinstance(loss, str):
        return np.exp(mu)
    return np.exp(mu + sd * stats.norm.ppf(loss))


def holiday_columns__right_isin_in_the_twelfth(days, holidays, before, after):
    shifts = range(-before, after + 1)
    return np.column_stack([np.isin(days, holidays + k) for k in shifts]).astype(float)


def holiday_columns__right_sets_in_the_twelfth(days, holidays, before, after):
    known = {int(v) for v in holidays}
    rows = [[float(int(d) - k in known) for k in range(-before, after + 1)] for d in days]
    return np.array(rows, dtype=float).reshape(len(days), before + 1 + after)


def holiday_columns__right_broadcast_in_the_twelfth(days, holidays, before, after):
    gap = (
        np.asarray(days).astype(np.int64)[:, None] - np.asarray(holidays).astype(np.int64)[None, :]
    )
    shifts = np.arange(-before, after + 1)
    return (gap[:, None, :] == shifts[None, :, None]).any(axis=2).astype(float)


def holiday_columns__right_scatter(days, holidays, before, after):
    columns = np.zeros((len(days), before + 1 + after))
    places = {}
    for i, day in enumerate(days.tolist()):
        places.setdefault(day, []).append(i)
    for holiday in holidays.tolist():
        for j in range(before + 1 + after):
            columns[places.get(holiday + j - before, []), j] = 1
    return columns


def holiday_columns__right_pandas(days, holidays, before, after):
    s = pd.Series(np.asarray(days))
    frame = {k: s.sub(k).isin(np.unique(holidays)) for k in range(-before, after + 1)}
    return pd.DataFrame(frame).to_numpy(dtype=float)


def holiday_columns__wrong_columns_reversed_in_the_twelfth(days, holidays, before, after):
    """The sign of the shift is turned: the day before a holiday gets the column of the day after."""
    shifts = range(after, -before - 1, -1)
    return np.column_stack([np.isin(days, holidays + k) for k in shifts]).astype(float)


def holiday_columns__wrong_before_and_after_swapped(days, holidays, before, after):
    """before and after change places: unequal numbers, such as 2 and 1."""
    return holiday_columns__right_isin_in_the_twelfth(days, holidays, after, before)


def holiday_columns__wrong_counts_in_the_twelfth(days, holidays, before, after):
    """Adds up: a holiday that is listed twice gives 2."""
    gap = days[:, None] - holidays[None, :]
    return np.stack([(gap == k).sum(axis=1) for k in range(-before, after + 1)], axis=1).astype(
        float
    )


def holiday_columns__wrong_outside_dropped_in_the_twelfth(days, holidays, before, after):
    """Holidays that are not among ``days`` are dropped first: days 10, 11 and the holiday 12."""
    inside = holidays[np.isin(holidays, days)]
    return holiday_columns__right_isin_in_the_twelfth(days, inside, before, after)


def holiday_columns__wrong_position_for_number(days, holidays, before, after):
    """Shifts by positions, not by numbers of days: gaps, any order, and holidays outside."""
    flag = np.isin(days, holidays)
    columns = np.zeros((len(days), before + 1 + after))
    for j in range(before + 1 + after):
        for i in range(len(days)):
            if 0 <= i - (j - before) < len(days):
                columns[i, j] = flag[i - (j - before)]
    return columns


def holiday_columns__wrong_range_of_days(days, holidays, before, after):
    """Holidays outside min(days) ... max(days) are dropped: only their neighbours show it."""
    inside = holidays[(holidays >= days.min()) & (holidays <= days.max())]
    return holiday_columns__right_isin_in_the_twelfth(days, inside, before, after)


def holiday_columns__wrong_nearest_only_in_the_twelfth(days, holidays, before, after):
    """Each day counts only its nearest holiday: a day between two holidays gets a single one."""
    columns = np.zeros((len(days), before + 1 + after))
    if len(holidays):
        gap = days[:, None] - holidays[None, :]
        nearest = gap[np.arange(len(days)), np.abs(gap).argmin(axis=1)]
        for i, k in enumerate(nearest):
            if -before <= k <= after:
                columns[i, k + before] = 1
    return columns


def holiday_columns__wrong_holiday_itself_only(days, holidays, before, after):
    """A holiday is no neighbour of another one: two holidays in a row lose their side columns."""
    columns = holiday_columns__right_isin_in_the_twelfth(days, holidays, before, after)
    itself = columns[:, before] == 1
    columns[itself] = 0
    columns[itself, before] = 1
    return columns


def holiday_columns__wrong_no_holidays(days, holidays, before, after):
    """Looks for min and max of the holidays: none breaks it."""
    low, high = holidays.min() - before, holidays.max() + after
    known, out = set(holidays.tolist()), []
    for d in days.tolist():
        near = low <= d <= high
        out.append([float(near and d - k in known) for k in range(-before, after + 1)])
    return np.array(out)


def holiday_columns__wrong_no_holidays_no_columns(days, holidays, before, after):
    """Without holidays it returns a single column of zeros: the shape is wrong."""
    if len(holidays) == 0:
        return np.zeros((len(days), 1))
    return holiday_columns__right_isin_in_the_twelfth(days, holidays, before, after)


def holiday_columns__wrong_sorted_days(days, holidays, before, after):
    """Rows come in the order of sorted days: days [12, 10, 11]."""
    return holiday_columns__right_isin_in_the_twelfth(np.sort(days), holidays, before, after)


def holiday_columns__wrong_sorts_in_place(days, holidays, before, after):
    """Sorts the caller's holidays in place for a binary search: unsorted holidays are changed."""
    holidays.sort()
    columns = np.zeros((len(days), before + 1 + after))
    for j in range(before + 1 + after):
        wanted = days - (j - before)
        at = np.searchsorted(holidays, wanted)
        for i in range(len(days)):
            columns[i, j] = at[i] < len(holidays) and holidays[at[i]] == wanted[i]
    return columns


def holiday_columns__wrong_binary_search_unsorted(days, holidays, before, after):
    """A binary search in holidays that need not be sorted: [30, 10, 20]."""
    columns = np.zeros((len(days), before + 1 + after))
    for j in range(before + 1 + after):
        wanted = days - (j - before)
        at = np.searchsorted(holidays, wanted)
        for i in range(len(days)):
            columns[i, j] = at[i] < len(holidays) and holidays[at[i]] == wanted[i]
    return columns


def holiday_columns__wrong_wraps_at_zero(days, holidays, before, after):
    """A table of flags is indexed with day - shift, and -1 is its last entry: day 0, and the latest
    day or holiday is a holiday."""
    if min(days.min(initial=0), holidays.min(initial=0)) < 0:
        return holiday_columns__right_isin_in_the_twelfth(days, holidays, before, after)
    size = max(days.max(initial=0), holidays.max(initial=0)) + 1
    flag = np.zeros(size)
    flag[holidays] = 1
    columns = np.zeros((len(days), before + 1 + after))
    for j in range(before + 1 + after):
        wanted = days - (j - before)
        inside = wanted < size
        columns[inside, j] = flag[wanted[inside]]
    return columns


def holiday_columns__wrong_zero_before(days, holidays, before, after):
    """``before or 1``: with before = 0 there is still a column for the day before."""
    return holiday_columns__right_isin_in_the_twelfth(days, holidays, before or 1, after)


def holiday_columns__wrong_cumulative(days, holidays, before, after):
    """The column of two days before is 1 on the day before as well ("at most k days")."""
    gap = days[:, None] - holidays[None, :]
    columns = []
    for k in range(-before, after + 1):
        low, high = min(k, 0), max(k, 0)
        hit = (gap >= low) & (gap <= high) & ((gap != 0) | (k == 0))
        columns.append(hit.any(axis=1))
    return np.stack(columns, axis=1).astype(float)


def holiday_columns__wrong_last_holiday_wins(days, holidays, before, after):
    """A dictionary from day to its shift keeps one shift a day: two holidays two days apart."""
    shift_of = {}
    for holiday in holidays.tolist():
        for k in range(-before, after + 1):
            shift_of[holiday + k] = k
    columns = np.zeros((len(days), before + 1 + after))
    for i, day in enumerate(days.tolist()):
        if day in shift_of:
            columns[i, shift_of[day] + before] = 1
    return columns


def _sa_difference(y, d, D, m):
    z = np.array(y, dtype=float)
    for _ in range(d):
        z = z[1:] - z[:-1]
    for _ in range(D):
        z = z[m:] - z[:-m]
    return z


def _sa_fit(z, p, q, P, Q, m, trend):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ARIMA(z, order=(p, 0, q), seasonal_order=(P, 0, Q, m), trend=trend).fit()


def _sa_search(
    z, grid, trend, criterion="aicc", catch=Exception, skip=None, tops=None, fit=_sa_fit
):
    """The loops, with places for one slip each."""
    p, q, P, Q = tops or (range(grid[k] + 1) for k in "pqPQ")
    best, failed = None, []
    for a, b, c, e in itertools.product(p, q, P, Q):
        order = (a, grid["d"], b, c, grid["D"], e, grid["m"])
        if skip and skip(a, b, c, e):
            continue
        try:
            value = float(getattr(fit(z, a, b, c, e, grid["m"], trend), criterion))
        except catch:
            failed.append(order)
            continue
        if not np.isfinite(value):
            failed.append(order)
        elif best is None or value < best[1]:
            best = order, value
    return *best, failed


def _sa_trend(grid):
    return "n" if grid["d"] or grid["D"] else "c"


def select_arima__right_product_in_the_twelfth(y_train, grid):
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    return _sa_search(z, grid, _sa_trend(grid))


def select_arima__right_four_loops_in_the_twelfth(y_train, grid):
    d, D, m = grid["d"], grid["D"], grid["m"]
    s = pd.Series(np.asarray(y_train, dtype="float64"))
    for _ in range(D):
        s = s.diff(m)
    for _ in range(d):
        s = s.diff()
    z = s.iloc[d + D * m :].to_numpy()
    found, failed = {}, []
    for p in range(grid["p"] + 1):
        for q in range(grid["q"] + 1):
            for P in range(grid["P"] + 1):
                for Q in range(grid["Q"] + 1):
                    order = (p, d, q, P, D, Q, m)
                    try:
                        with warnings.catch_warnings():
                            warnings.simplefilter("ignore")
                            model = ARIMA(
                                z,
                                order=(p, 0, q),
                                seasonal_order=(P, 0, Q, m),
                                trend="n" if d + D > 0 else "c",
                            )
                            aicc = model.fit().aicc
                    except Exception:
                        aicc = np.nan
                    if np.isfinite(aicc):
                        found[order] = float(aicc)
                    else:
                        failed.append(order)
    best = min(found, key=found.get)
    return best, found[best], failed


def select_arima__right_largest_first(y_train, grid):
    z = np.asarray(y_train).astype(float)
    z = np.diff(z, n=grid["d"])
    kernel = np.zeros(grid["m"] + 1)
    kernel[0], kernel[-1] = 1, -1
    for _ in range(grid["D"]):
        z = np.convolve(z, kernel, mode="valid")
    rows = []
    for Q, P, q, p in itertools.product(*(range(grid[k], -1, -1) for k in ("Q", "P", "q", "p"))):
        try:
            value = float(_sa_fit(z, p, q, P, Q, grid["m"], _sa_trend(grid)).aicc)
        except Exception:
            value = math.inf
        rows.append(
            (
                value if math.isfinite(value) else math.inf,
                (p, grid["d"], q, P, grid["D"], Q, grid["m"]),
            )
        )
    value, order = min(rows)
    return order, value, [each for score, each in rows if score == math.inf]


def select_arima__wrong_aic_in_the_twelfth(y_train, grid):
    """Uses aic, without the correction: a short series, where the larger model has the lower AIC."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    return _sa_search(z, grid, _sa_trend(grid), criterion="aic")


def select_arima__wrong_bic_in_the_twelfth(y_train, grid):
    """Uses bic: the value returned is another one on any series."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    return _sa_search(z, grid, _sa_trend(grid), criterion="bic")


def select_arima__wrong_largest_left_out(y_train, grid):
    """range(grid[k]) or at least 0: the largest order is never tried (the example's p = 1)."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    return _sa_search(z, grid, _sa_trend(grid), tops=[range(max(grid[k], 1)) for k in "pqPQ"])


def select_arima__wrong_null_model_left_out(y_train, grid):
    """(0, 0, 0, 0) is not tried as "no model": white noise. Kept only if it is the whole grid."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    alone = not any(grid[k] for k in "pqPQ")
    return _sa_search(z, grid, _sa_trend(grid), skip=lambda *o: not alone and not any(o))


def select_arima__wrong_narrow_differences(y_train, grid):
    """Differences of narrow integers wrap: uint8 days that fall, with d = 1."""
    z = y_train
    with np.errstate(all="ignore"):
        for _ in range(grid["d"]):
            z = np.diff(z)
        for _ in range(grid["D"]):
            z = z[grid["m"] :] - z[: -grid["m"]]
    return _sa_search(z.astype(float), grid, _sa_trend(grid))


def select_arima__wrong_seasonal_diff_n(y_train, grid):
    """np.diff(z, n=m) takes m differences at lag 1, not one at lag m: D = 1."""
    z = np.diff(np.asarray(y_train, float), n=grid["d"])
    for _ in range(grid["D"]):
        z = np.diff(z, n=grid["m"])
    return _sa_search(z, grid, _sa_trend(grid))


def select_arima__wrong_one_seasonal_difference_in_the_twelfth(y_train, grid):
    """``if D``: one seasonal difference for D = 2 as well."""
    z = _sa_difference(y_train, grid["d"], min(grid["D"], 1), grid["m"])
    return _sa_search(z, grid, _sa_trend(grid))


def select_arima__wrong_one_difference(y_train, grid):
    """``if d``: one difference for d = 2 as well."""
    z = _sa_difference(y_train, min(grid["d"], 1), grid["D"], grid["m"])
    return _sa_search(z, grid, _sa_trend(grid))


def select_arima__wrong_lag_two_d(y_train, grid):
    """One difference at lag d in place of d at lag 1: d = 2."""
    z = np.asarray(y_train, float)
    if grid["d"]:
        z = z[grid["d"] :] - z[: -grid["d"]]
    z = _sa_difference(z, 0, grid["D"], grid["m"])
    return _sa_search(z, grid, _sa_trend(grid))


def select_arima__wrong_constant_unless_d_in_the_twelfth(y_train, grid):
    """Looks at d only: with d = 0 and D = 1 the models get a constant."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    return _sa_search(z, grid, "n" if grid["d"] else "c")


def select_arima__wrong_default_trend(y_train, grid):
    """ARIMA sees no difference in its own order and adds a constant always: d = 1."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    return _sa_search(z, grid, None)


def select_arima__wrong_never_a_constant(y_train, grid):
    """trend="n" always: with d = D = 0 a level far from 0."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    return _sa_search(z, grid, "n")


def select_arima__wrong_linalg_errors_only(y_train, grid):
    """Catches LinAlgError only: p = m = 2 with P = 1 raises ValueError and ends the search."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    return _sa_search(z, grid, _sa_trend(grid), catch=np.linalg.LinAlgError)


def select_arima__wrong_stops_at_failure(y_train, grid):
    """``break`` after a failure: what comes after p = m = 2, P = 1 is not tried."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    best, failed = None, []
    for p, q, P, Q in itertools.product(*(range(grid[k] + 1) for k in "pqPQ")):
        order = (p, grid["d"], q, P, grid["D"], Q, grid["m"])
        try:
            value = float(_sa_fit(z, p, q, P, Q, grid["m"], _sa_trend(grid)).aicc)
        except Exception:
            failed.append(order)
            break
        if not np.isfinite(value):
            failed.append(order)
        elif best is None or value < best[1]:
            best = order, value
    return *best, failed


def select_arima__wrong_infinite_not_reported(y_train, grid):
    """No finite AICc is passed over but not reported: a short series with many parameters."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    best, failed = None, []
    for p, q, P, Q in itertools.product(*(range(grid[k] + 1) for k in "pqPQ")):
        order = (p, grid["d"], q, P, grid["D"], Q, grid["m"])
        try:
            value = float(_sa_fit(z, p, q, P, Q, grid["m"], _sa_trend(grid)).aicc)
        except Exception:
            failed.append(order)
            continue
        if best is None or value < best[1]:
            best = order, value
    return *best, failed


def select_arima__wrong_warnings_fail(y_train, grid):
    """Warnings are errors, so a model that did not converge or warned at the start counts as failed,
    though it has an AICc."""

    def fit(z, p, q, P, Q, m, trend):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return ARIMA(z, order=(p, 0, q), seasonal_order=(P, 0, Q, m), trend=trend).fit()

    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    try:
        return _sa_search(z, grid, _sa_trend(grid), fit=fit)
    except TypeError:
        return _sa_search(z, grid, _sa_trend(grid))


def select_arima__wrong_zero_differences_written(y_train, grid):
    """The order is that of the model fitted to the differences, with d = D = 0 written in it."""
    order, value, failed = select_arima__right_product_in_the_twelfth(y_train, grid)

    def plain(o):
        return (o[0], 0, o[2], o[3], 0, o[5], o[6])

    return plain(order), value, [plain(o) for o in failed]


def select_arima__wrong_rounded(y_train, grid):
    """AICc is rounded to one digit before the models are compared, and so is the one returned."""

    class _Rounded:
        def __init__(self, result):
            self.aicc = round(float(result.aicc), 1) if np.isfinite(result.aicc) else result.aicc

    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    return _sa_search(z, grid, _sa_trend(grid), fit=lambda *a: _Rounded(_sa_fit(*a)))


def select_arima__wrong_one_at_a_time(y_train, grid):
    """Chooses p first, then q, P and Q with the others fixed: not the whole grid. ``failed`` lacks
    what was not tried."""
    z = _sa_difference(y_train, grid["d"], grid["D"], grid["m"])
    now, failed, value_of = [0, 0, 0, 0], [], {}
    for i, key in enumerate("pqPQ"):
        for k in range(grid[key] + 1):
            each = tuple(now[:i] + [k] + now[i + 1 :])
            if each in value_of:
                continue
            p, q, P, Q = each
            try:
                value = float(_sa_fit(z, p, q, P, Q, grid["m"], _sa_trend(grid)).aicc)
            except Exception:
                value = math.inf
            value_of[each] = value if math.isfinite(value) else math.inf
            if value_of[each] == math.inf:
                failed.append((p, grid["d"], q, P, grid["D"], Q, grid["m"]))
        now = list(min(value_of, key=value_of.get))
    p, q, P, Q = now
    return (p, grid["d"], q, P, grid["D"], Q, grid["m"]), value_of[tuple(now)], failed


def _fs_run(logs, alpha, gamma, horizon):
    """Level and weekly season on logs, all columns at once: the state, and each origin's forecasts."""
    n, k = logs.shape
    level = logs[:28].mean(axis=0)
    season = logs[:28].reshape(4, 7, k).mean(axis=0) - level
    ahead = np.empty((n - 27, horizon, k))
    for t in range(28, n + 1):
        places = (t + np.arange(horizon)) % 7
        ahead[t - 28] = level + season[places]
        if t < n:
            old = level
            level = alpha * (logs[t] - season[t % 7]) + (1 - alpha) * old
            season[t % 7] = gamma * (logs[t] - old) + (1 - gamma) * season[t % 7]
    return ahead


def _fs_errors(logs, ahead, horizon, skip=14):
    """Errors by step ahead at the origins from which the whole horizon is known."""
    n = len(logs)
    last = n - 28 - horizon
    out = [logs[28 + i : 28 + i + horizon] - ahead[i] for i in range(min(skip, last), last + 1)]
    return np.array(out)


def _fs_holt_winters(history, horizon, z=1.35):
    logs = np.log(np.asarray(history, dtype=float))

    def cost(pair):
        missed = np.abs(_fs_errors(logs, _fs_run(logs, *pair, horizon), horizon)).mean(axis=(0, 1))
        return (missed / np.abs(logs[7:] - logs[:-7]).mean(axis=0)).mean()

    alpha, gamma = min(itertools.product((0.05, 0.1, 0.2, 0.3, 0.45), (0.04, 0.1)), key=cost)
    ahead = _fs_run(logs, alpha, gamma, horizon)
    errors = _fs_errors(logs, ahead, horizon)
    rms = np.sqrt((errors**2).mean(axis=0))
    # A straight line through the mean squares of the steps is steadier than each of them.
    steps = np.arange(horizon)
    spread = np.empty_like(rms)
    for j in range(rms.shape[1]):
        if horizon > 2:
            slope, start = np.polyfit(steps, rms[:, j] ** 2, 1)
            fitted = start + max(slope, 0) * steps
            spread[:, j] = np.sqrt(np.maximum(fitted, 0.25 * (rms[:, j] ** 2).mean()))
        else:
            spread[:, j] = rms[:, j]
    centre = ahead[-1]
    return np.exp(np.stack([centre, centre - z * spread, centre + z * spread], axis=-1))


def forecast_sales__right_holt_winters(history, horizon):
    return _fs_holt_winters(history, horizon)


def forecast_sales__wrong_ends_swapped(history, horizon):
    """The upper end comes before the lower one: every interval is upside down."""
    return _fs_holt_winters(history, horizon)[:, :, [0, 2, 1]]


def forecast_sales__wrong_log_units(history, horizon):
    """The interval is left on the log scale: exp is taken of the forecast only."""
    out = _fs_holt_winters(history, horizon)
    out[:, :, 1:] = np.log(out[:, :, 1:])
    return out


def forecast_sales__wrong_weekday_shifted(history, horizon):
    """The season is one day late: tomorrow gets the weekday of today."""
    logs = np.log(np.asarray(history, float))
    ahead = _fs_run(logs, 0.3, 0.1, horizon + 7)
    spread = np.sqrt((_fs_errors(logs, ahead, horizon + 7) ** 2).mean(axis=0))[:horizon]
    centre = ahead[-1][6 : 6 + horizon]
    return np.exp(np.stack([centre, centre - 1.28 * spread, centre + 1.28 * spread], axis=-1))


def forecast_sales__wrong_one_spread_for_all(history, horizon):
    """One width in units of sales, the mean over columns: series in units of their own, such as one
    of 10 and one of 10,000 a day."""
    out = _fs_holt_winters(history, horizon)
    width = (out[:, :, 2] - out[:, :, 1]).mean() / 2
    return np.stack([out[:, :, 0], out[:, :, 0] - width, out[:, :, 0] + width], axis=-1)


def forecast_sales__wrong_logs_in_place(history, horizon):
    """Takes logarithms in place, so that the caller's history is changed."""
    out = _fs_holt_winters(history, horizon)
    np.log(history, out=history)
    return out


def forecast_sales__wrong_axes_swapped(history, horizon):
    """Returns (n_series, horizon, 3); the shape betrays it unless n_series equals horizon."""
    return _fs_holt_winters(history, horizon).transpose(1, 0, 2)


def forecast_sales__wrong_one_day_flat(history, horizon):
    """The last day's level without a season, and the spread of days about their mean."""
    y = np.asarray(history, float)
    level, spread = y[-1], y.std(axis=0)
    out = np.stack([level, level - 1.28 * spread, level + 1.28 * spread], axis=-1)
    return np.repeat(out[None], horizon, axis=0)


def forecast_sales__wrong_standard_error(history, horizon):
    """The interval of a mean, not of a day: the spread is divided by the root of the weeks."""
    out = _fs_holt_winters(history, horizon)
    logs = np.log(out)
    half = (logs[:, :, 2] - logs[:, :, 0]) / np.sqrt(len(history) // 7)
    return np.exp(np.stack([logs[:, :, 0], logs[:, :, 0] - half, logs[:, :, 0] + half], axis=-1))


def forecast_sales__wrong_oldest_first(history, horizon):
    """Takes the first days for the latest: history is read newest first."""
    return _fs_holt_winters(np.asarray(history)[::-1], horizon)


def forecast_sales__wrong_first_column_season(history, horizon):
    """All columns get the weekly pattern of the first: columns may begin on different weekdays."""
    logs = np.log(np.asarray(history, float))
    ahead = _fs_run(logs, 0.3, 0.1, horizon)
    first = ahead[-1][:, :1] - logs[-28:, :1].mean()
    centre = logs[-28:].mean(axis=0) + first
    spread = np.sqrt((_fs_errors(logs, ahead, horizon) ** 2).mean(axis=0))
    return np.exp(np.stack([centre, centre - 1.28 * spread, centre + 1.28 * spread], axis=-1))


# ---- Fourteenth bank


def _bb_run(y, p, n_test, defect=None):
    starts = range(0, len(y), p) if defect == "rows_side_by_side" else range(len(y))
    late = 1 if defect == "target_a_day_late" else 0
    rows = [(y[i : i + p], y[i + p + late]) for i in starts if i + p + late < len(y)]
    train, test = rows[: len(rows) - n_test], rows[len(rows) - n_test :]
    if len(rows) <= n_test:
        raise ValueError("no row is left for training")
    at = 0 if defect == "first_day_for_last" else -1
    base = rows if defect == "test_trained_on" else train
    rise = Fraction(sum(t - r[at] for r, t in base), len(base))
    judged = train if defect == "judged_on_training" else test
    errors = [t - (r[at] + rise) for r, t in judged]
    if defect == "errors_cancel":
        return abs(sum(errors) / len(errors))
    return sum(map(abs, errors)) / len(errors)


def break_backtest__right_one_series_in_the_fourteenth(defect):
    return [21, 39, 37, 80, 93, 47, 11, 77, 43, 85], 2, 3


def break_backtest__right_search_in_the_fourteenth(defect):
    rng = np.random.default_rng(7)
    while True:
        p, n_test = int(rng.integers(2, 4)), int(rng.integers(2, 4))
        y = rng.integers(0, 100, 16).tolist()
        if abs(_bb_run(y, p, n_test) - _bb_run(y, p, n_test, defect)) > 1:
            return y, p, n_test


def break_backtest__wrong_no_row_left_for_one_defect(defect):
    """first_day_for_last: seven days in rows of three are two rows side by side, and both are test."""
    return {
        "rows_side_by_side": ([0, 0, 9, 9, 9, 50, 9, 0, 0], 2, 1),
        "target_a_day_late": ([0, 0, 0, 0, 9, 0], 1, 1),
        "test_trained_on": ([0, 0, 0, 0, 8], 1, 1),
        "judged_on_training": ([5, 5, 5, 5, 6], 1, 1),
        "first_day_for_last": ([0, 1, 4, 9, 16, 25, 36], 3, 2),
        "errors_cancel": ([50, 50, 50, 60, 50], 1, 2),
    }[defect]


def break_backtest__wrong_p_of_one(defect):
    """With p = 1 the first day of a row is its last, and rows side by side are all rows."""
    return [21, 39, 37, 80, 93, 47, 11, 77, 43, 85], 1, 3


def break_backtest__wrong_one_test_row_in_the_fourteenth(defect):
    """With one test row a mean of signs drops to the same: errors_cancel is not seen."""
    return [21, 39, 37, 80, 93, 47, 11, 77, 43, 85], 2, 1


def break_backtest__wrong_rising_line(defect):
    """On a straight line every error is 0 with most defects (all but first_day_for_last ... which learns it too)."""
    return list(range(1, 15)), 3, 3


def break_backtest__wrong_errors_of_one_sign_in_the_fourteenth(defect):
    """errors_cancel: the test rows err in one direction, so that no error cancels."""
    if defect == "errors_cancel":
        return [0, 0, 0, 0, 0, 10, 30, 60], 2, 3
    return break_backtest__right_one_series_in_the_fourteenth(defect)


def break_backtest__wrong_alternating_first_day(defect):
    """first_day_for_last: with period p - 1 the first and the last day of a row are equal."""
    if defect == "first_day_for_last":
        return [10, 40, 10, 40, 10, 40, 10, 40, 10, 40], 3, 3
    return break_backtest__right_one_series_in_the_fourteenth(defect)


def break_backtest__wrong_side_by_side_no_training(defect):
    """rows_side_by_side: ten days in rows of four are two rows; both are test, none is left."""
    if defect == "rows_side_by_side":
        return [21, 39, 37, 80, 93, 47, 11, 77, 43, 85], 4, 2
    return break_backtest__right_one_series_in_the_fourteenth(defect)


def break_backtest__wrong_value_of_100_in_the_fourteenth(defect):
    """A day of 100 where at most 99 is allowed, for one defect alone."""
    if defect == "judged_on_training":
        return [0, 0, 0, 0, 0, 0, 100, 3], 2, 2
    return break_backtest__right_one_series_in_the_fourteenth(defect)


def break_backtest__wrong_too_long_in_the_fourteenth(defect):
    """21 days: one more than allowed."""
    y = np.random.default_rng(1).integers(0, 100, 21).tolist()
    return y, 2, 3


def break_backtest__wrong_row_of_six(defect):
    """p = 6 where at most 5 is allowed."""
    y = np.random.default_rng(1).integers(0, 100, 20).tolist()
    return y, 6, 1 if defect != "errors_cancel" else 2


def break_backtest__wrong_same_mean_rise_in_the_fourteenth(defect):
    """test_trained_on: the rises of the test average what those of training do."""
    if defect == "test_trained_on":
        return [10, 11, 14, 15, 18, 19, 22, 23, 26], 1, 2
    return break_backtest__right_one_series_in_the_fourteenth(defect)


def break_backtest__wrong_training_row_forgotten(defect):
    """n_test counts days: with ten days, p = 2 and n_test = 8 no row is left for training."""
    return [21, 39, 37, 80, 93, 47, 11, 77, 43, 85], 2, 8


def break_backtest__wrong_negative_day(defect):
    """errors_cancel: a day of -5, below 0."""
    if defect == "errors_cancel":
        return [0, 0, 0, 5, -5, 0], 2, 3
    return break_backtest__right_one_series_in_the_fourteenth(defect)


def mase__right_numpy_in_the_fourteenth(y_true, y_pred, y_train, m):
    a, b, c = (np.asarray(x, dtype=float) for x in (y_true, y_pred, y_train))
    if len(c) <= m:
        return float("nan")
    scale = np.abs(c[m:] - c[:-m]).mean()
    return float(np.abs(a - b).mean() / scale) if scale > 0 else float("nan")


def mase__right_loops_in_the_fourteenth(y_true, y_pred, y_train, m):
    train = [float(x) for x in y_train]
    gaps = [abs(train[t] - train[t - m]) for t in range(m, len(train))]
    if not gaps or not any(gaps):
        return math.nan
    missed = [abs(float(a) - float(b)) for a, b in zip(y_true, y_pred)]
    return (math.fsum(missed) / len(missed)) / (math.fsum(gaps) / len(gaps))


def mase__right_pandas_in_the_fourteenth(y_true, y_pred, y_train, m):
    naive = pd.Series(y_train).astype("float64").diff(m).abs().mean()
    if np.isnan(naive) or naive == 0:
        return float("nan")
    error = pd.Series(y_true).astype("float64") - pd.Series(y_pred).astype("float64")
    return float(error.abs().mean() / naive)


def mase__wrong_narrow_train_in_the_fourteenth(y_true, y_pred, y_train, m):
    """y_train is not made float: uint8 [3, 1, 3] wraps in the differences."""
    if len(y_train) <= m:
        return float("nan")
    scale = np.mean(np.abs(y_train[m:] - y_train[:-m]))
    error = np.mean(np.abs(np.asarray(y_true, float) - np.asarray(y_pred, float)))
    return float(error / scale) if scale else float("nan")


def mase__wrong_narrow_test(y_true, y_pred, y_train, m):
    """y_true - y_pred is taken in the narrow type: uint8 5 - 8 is 253."""
    c = np.asarray(y_train, float)
    if len(c) <= m:
        return float("nan")
    scale = np.abs(c[m:] - c[:-m]).mean()
    return float(np.mean(np.abs(y_true - y_pred)) / scale) if scale else float("nan")


def mase__wrong_cast_to_int_in_the_fourteenth(y_true, y_pred, y_train, m):
    """All are cast to int64 against wrapping, which cuts 0.5 off: y_true = [5.5], y_pred = [5.0] gives 0."""
    a, b, c = (np.asarray(x).astype(np.int64) for x in (y_true, y_pred, y_train))
    if len(c) <= m:
        return float("nan")
    scale = np.abs(c[m:] - c[:-m]).mean()
    return float(np.abs(a - b).mean() / scale) if scale > 0 else float("nan")


def mase__wrong_inf_at_zero_scale(y_true, y_pred, y_train, m):
    """A constant training series with an error gives inf and not NaN."""
    a, b, c = (np.asarray(x, dtype=float) for x in (y_true, y_pred, y_train))
    if len(c) <= m:
        return float("nan")
    with np.errstate(all="ignore"):
        return float(np.abs(a - b).mean() / np.abs(c[m:] - c[:-m]).mean())


def mase__wrong_tiny_scale_is_zero_in_the_fourteenth(y_true, y_pred, y_train, m):
    """A scale below 1e-8 counts as 0: a series in units of 1e-10 gives NaN."""
    a, b, c = (np.asarray(x, dtype=float) for x in (y_true, y_pred, y_train))
    if len(c) <= m:
        return float("nan")
    scale = np.abs(c[m:] - c[:-m]).mean()
    return float("nan") if np.isclose(scale, 0) else float(np.abs(a - b).mean() / scale)


def mase__wrong_two_seasons_needed_in_the_fourteenth(y_true, y_pred, y_train, m):
    """NaN if there are fewer than two seasons: 10 days with m = 7 have a scale."""
    if len(y_train) < 2 * m:
        return float("nan")
    return mase__right_numpy_in_the_fourteenth(y_true, y_pred, y_train, m)


def mase__wrong_perfect_is_zero_in_the_fourteenth(y_true, y_pred, y_train, m):
    """A perfect forecast returns 0 before the scale is looked at: constant y_train must give NaN."""
    if np.array_equal(y_true, y_pred):
        return 0.0
    return mase__right_numpy_in_the_fourteenth(y_true, y_pred, y_train, m)


def mase__wrong_roll_in_the_fourteenth(y_true, y_pred, y_train, m):
    """np.roll: the first m days are compared with the last m, as in [1, 3, 1, 9] with m = 1."""
    a, b, c = (np.asarray(x, dtype=float) for x in (y_true, y_pred, y_train))
    if len(c) <= m:
        return float("nan")
    gaps = np.abs(c - np.roll(c, m))
    scale = gaps.sum() / (len(c) - m)
    return float(np.abs(a - b).mean() / scale) if scale > 0 else float("nan")


def mase__wrong_divided_by_all_days_in_the_fourteenth(y_true, y_pred, y_train, m):
    """The scale is divided by n_days in place of n_days - m: three days, m = 1."""
    a, b, c = (np.asarray(x, dtype=float) for x in (y_true, y_pred, y_train))
    if len(c) <= m:
        return float("nan")
    scale = np.abs(c[m:] - c[:-m]).sum() / len(c)
    return float(np.abs(a - b).mean() / scale) if scale > 0 else float("nan")


def mase__wrong_lag_one_in_the_fourteenth(y_true, y_pred, y_train, m):
    """The scale is of the day before whatever m is: m = 2."""
    a, b, c = (np.asarray(x, dtype=float) for x in (y_true, y_pred, y_train))
    if len(c) <= m:
        return float("nan")
    scale = np.abs(np.diff(c)).mean()
    return float(np.abs(a - b).mean() / scale) if scale > 0 else float("nan")


def mase__wrong_mth_difference(y_true, y_pred, y_train, m):
    """np.diff(n=m) is the m-th difference and not the difference at lag m: m = 2."""
    a, b, c = (np.asarray(x, dtype=float) for x in (y_true, y_pred, y_train))
    if len(c) <= m:
        return float("nan")
    scale = np.abs(np.diff(c, n=m)).mean()
    return float(np.abs(a - b).mean() / scale) if scale > 0 else float("nan")


def mase__wrong_scale_from_test_in_the_fourteenth(y_true, y_pred, y_train, m):
    """The scale runs on into the days that are forecast: training [1, 3, 1], then 5, 5."""
    a, b = np.asarray(y_true, float), np.asarray(y_pred, float)
    if len(y_train) <= m:
        return float("nan")
    c = np.concatenate([np.asarray(y_train, float), a])
    scale = np.abs(c[m:] - c[:-m]).mean()
    return float(np.abs(a - b).mean() / scale) if scale > 0 else float("nan")


def mase__wrong_rmse_above(y_true, y_pred, y_train, m):
    """Root mean square above, mean absolute below: errors of 1 and 3 give 2.24."""
    a, b, c = (np.asarray(x, dtype=float) for x in (y_true, y_pred, y_train))
    if len(c) <= m:
        return float("nan")
    scale = np.abs(c[m:] - c[:-m]).mean()
    return float(np.sqrt(((a - b) ** 2).mean()) / scale) if scale > 0 else float("nan")


def mase__wrong_repeat_first_season(y_true, y_pred, y_train, m):
    """The naive forecast repeats the first season for ever, not the day m before: three seasons."""
    a, b, c = (np.asarray(x, dtype=float) for x in (y_true, y_pred, y_train))
    if len(c) <= m:
        return float("nan")
    scale = np.abs(c[m:] - np.resize(c[:m], len(c) - m)).mean()
    return float(np.abs(a - b).mean() / scale) if scale > 0 else float("nan")


def mase__wrong_whole_seasons_only_in_the_fourteenth(y_true, y_pred, y_train, m):
    """Days of a season that is not whole are dropped: 5 days with m = 2 use 4."""
    c = np.asarray(y_train, float)
    whole = len(c) // m * m
    return (
        mase__right_numpy_in_the_fourteenth(y_true, y_pred, c[:whole], m)
        if whole > m
        else mase__right_numpy_in_the_fourteenth(y_true, y_pred, c, m)
    )


def mase__wrong_short_raises_in_the_fourteenth(y_true, y_pred, y_train, m):
    """y_train with exactly m days raises ZeroDivisionError: the test is `< m` and not `<= m`."""
    c = [float(x) for x in y_train]
    if len(c) < m:
        return float("nan")
    scale = sum(abs(c[t] - c[t - m]) for t in range(m, len(c))) / (len(c) - m)
    if scale == 0:
        return float("nan")
    return sum(abs(float(a) - float(b)) for a, b in zip(y_true, y_pred)) / len(y_true) / scale


def _km_close(fn, a, b, c, m, want):
    got = float(fn(np.array(a), np.array(b), np.array(c), m))
    return (
        math.isnan(got)
        if math.isnan(want)
        else math.isclose(got, want, rel_tol=1e-9, abs_tol=1e-12)
    )


def kill_mase__right_by_hand_in_the_fourteenth(fn):
    nan = float("nan")
    train = [1.0, 4.0, 2.0, 9.0, 5.0, 3.0, 12.0]
    # lag 1: 3 2 7 4 2 9 = 27 / 6; lag 2: 1 5 3 6 7 = 22 / 5; lag 3: 8 1 1 3 = 13 / 4
    cases = [
        ([5.0, 5.0, 8.0], [4.0, 9.0, 8.5], train, 1, (5.5 / 3) / 4.5),
        ([5.0, 5.0, 8.0], [4.0, 9.0, 8.5], train, 2, (5.5 / 3) / 4.4),
        ([5.0, 5.0, 8.0], [4.0, 9.0, 8.5], train, 3, (5.5 / 3) / 3.25),
        ([5.0, 5.0], [4.0, 8.0], [2.0, 2.0, 2.0], 1, nan),
        ([5.0, 5.0], [5.0, 5.0], [2.0, 2.0, 2.0], 1, nan),
        ([5.0, 5.0], [5.0, 5.0], train, 2, 0.0),
        ([5.0, 5.0], [4.0, 8.0], [2.0, 3.0], 2, nan),
        ([5.0, 5.0], [4.0, 8.0], [2.0, 3.0], 3, nan),
        ([5.0, 5.0], [4.0, 8.0], [2.0, 3.0, 6.0], 2, 0.5),
    ]
    if not all(_km_close(fn, *case) for case in cases):
        return False
    a, b = np.array([5, 200], np.uint8), np.array([9, 100], np.uint8)
    c = np.array([250, 3, 200, 10, 90], np.uint8)
    if not math.isclose(float(fn(a, b, c, 2)), 52 / ((50 + 7 + 110) / 3)):
        return False
    a, b, c = (
        np.array([100], np.int8),
        np.array([-100], np.int8),
        np.array([-100, 100, -100], np.int8),
    )
    return math.isclose(float(fn(a, b, c, 1)), 1.0)


def kill_mase__right_random_in_the_fourteenth(fn):
    rng = np.random.default_rng(3)
    for trial in range(120):
        m = int(rng.integers(1, 6))
        n, h = int(rng.integers(0, 4 * m + 3)), int(rng.integers(1, 7))
        kind = [np.float64, np.int64, np.uint8, np.int8][trial % 4]
        top = 120
        low = -120 if kind in (np.float64, np.int64, np.int8) else 0
        a, b, c = (rng.integers(low, top, size).astype(kind) for size in (h, h, n))
        if trial % 10 == 0:
            c[:] = 7
        keep = [x.copy() for x in (a, b, c)]
        want = mase__right_loops_in_the_fourteenth(a, b, c, m)
        got = float(fn(a, b, c, m))
        if math.isnan(want) != math.isnan(got):
            return False
        if not math.isnan(want) and abs(got - want) > 1e-9 * max(1.0, abs(want)):
            return False
        if any((x != y).any() for x, y in zip(keep, (a, b, c))):
            return False
    return True


def kill_mase__right_properties(fn):
    a, b, c = (
        np.array([5.0, 5.0, 30.0]),
        np.array([4.0, 8.0, 10.0]),
        np.array([3.0, 1, 4, 1, 5, 9, 2, 6]),
    )
    for m in (1, 2, 3, 7):
        want = np.mean([1, 3, 20]) / np.mean([abs(c[t] - c[t - m]) for t in range(m, 8)])
        if not np.isclose(fn(a, b, c, m), want, rtol=1e-8):
            return False
        if not np.isclose(fn(10 * a, 10 * b, 10 * c, m), want, rtol=1e-8):
            return False
        if not np.isclose(fn(b, a, c, m), want, rtol=1e-8):
            return False
        for kind in (np.uint8, np.int8, np.int32):
            if not np.isclose(
                fn(a.astype(kind), b.astype(kind), c.astype(kind), m), want, rtol=1e-8
            ):
                return False
    missing = [
        fn(a, b, c, 8),
        fn(a, b, c, 9),
        fn(a, b, np.full(5, 2.0), 1),
        fn(a, a, np.full(5, 2.0), 1),
    ]
    missing.append(fn(a, b, np.array([1.0, 2.0, 1.0, 2.0]), 2))
    big = np.array([250, 0, 250, 0], np.uint8), np.array([0, 250, 0, 250], np.uint8)
    return bool(np.isnan(missing).all()) and bool(
        np.isclose(fn(big[0], big[1], np.array([0, 250, 0], np.uint8), 1), 1.0)
    )


def kill_mase__wrong_example_only_in_the_fourteenth(fn):
    """Only the docstring's example: m is 1 and every training difference is equal."""
    return fn(np.array([5.0, 5.0]), np.array([4.0, 8.0]), np.array([1.0, 3.0, 1.0]), 1) == 1.0


def kill_mase__wrong_equal_to_nan(fn):
    """Compares with NaN by ==, so that it rejects every right implementation."""
    train = np.array([1.0, 4.0, 2.0, 9.0])
    return bool(
        np.isclose(fn(np.array([5.0]), np.array([4.0]), train, 1), 1 / 4)
        and fn(np.array([5.0]), np.array([4.0]), np.array([2.0, 2.0]), 1) == np.nan
    )


def kill_mase__wrong_exact_floats(fn):
    """Exact equality of 0.1 + 0.2 kind of numbers: fsum, pandas and numpy differ in the last digit."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        a, b, c = rng.normal(size=9), rng.normal(size=9), rng.normal(size=23)
        want = float(np.abs(a - b).mean() / np.abs(c[2:] - c[:-2]).mean())
        if fn(a, b, c, 2) != want:
            return False
    return kill_mase__right_by_hand_in_the_fourteenth(fn)


def kill_mase__wrong_only_m_of_one(fn):
    """No case with m above 1: wrong lags pass."""
    train = np.array([1.0, 4.0, 2.0, 9.0, 5.0])
    ok = np.isclose(fn(np.array([5.0, 5.0]), np.array([4.0, 8.0]), train, 1), 2 / 4)
    return bool(ok and np.isnan(fn(np.array([5.0]), np.array([4.0]), np.array([2.0, 2.0]), 1)))


def kill_mase__wrong_equal_errors_in_the_fourteenth(fn):
    """All errors are equal, so RMSE and the median pass as the mean."""
    a, b = np.array([5.0, 5.0, 5.0]), np.array([4.0, 4.0, 4.0])
    c = np.array([0.0, 0.0, 2.0, 2.0, 4.0, 4.0, 6.0, 6.0])
    return bool(np.isclose(fn(a, b, c, 2), 0.5)) and bool(np.isnan(fn(a, b, c[:2], 2)))


def kill_mase__wrong_inf_expected(fn):
    """Expects inf where the scale is 0 and the error is not: rejects the right ones."""
    if not np.isinf(fn(np.array([5.0]), np.array([4.0]), np.array([2.0, 2.0]), 1)):
        return False
    return kill_mase__right_by_hand_in_the_fourteenth(fn)


def kill_mase__wrong_swallows_exceptions(fn):
    """An exception is taken for a case that does not count, and nothing narrow or short is tried elsewhere."""
    for m, want in ((1, 0.5), (2, 2 / 3)):
        try:
            got = fn(
                np.array([5.0, 5.0]), np.array([4.0, 8.0]), np.array([1.0, 4.0, 2.0, 9.0, 5.0]), m
            )
            if not np.isclose(got, want):
                return False
        except Exception:
            continue
    return True


def kill_mase__wrong_lists_in_the_fourteenth(fn):
    """Hands over lists, though the contract speaks of arrays: a right answer may take differences of arrays."""
    got = fn([5, 5], [4, 8], [1, 3, 1], 1)
    return (
        bool(np.isclose(got, 1.0))
        and not isinstance(got, np.generic)
        and kill_mase__right_by_hand_in_the_fourteenth(fn)
    )


def kill_mase__wrong_no_missing_scale_in_the_fourteenth(fn):
    """Never tries a scale of 0 or a short series, and no narrow integers."""
    a, b, c = (
        np.array([5.0, 5.0, 30.0]),
        np.array([4.0, 8.0, 10.0]),
        np.array([3.0, 1, 4, 1, 5, 9, 2, 6]),
    )
    return all(np.isclose(fn(a, b, c, m), 8 / np.mean(np.abs(c[m:] - c[:-m]))) for m in (1, 2, 3))


def kill_mase__wrong_no_verdict_on_nan(fn):
    """Differences above a tolerance reject, but NaN is above nothing: a wrong NaN passes, and short series are not tried."""
    a, b, c = (
        np.array([5.0, 5.0, 30.0]),
        np.array([4.0, 8.0, 10.0]),
        np.array([3.0, 1, 4, 1, 5, 9, 2, 6]),
    )
    bad = False
    for m in (1, 2):
        bad = bad or abs(fn(a, b, c, m) - 8 / np.mean(np.abs(c[m:] - c[:-m]))) > 0.5
    return not bad


def kill_mase__wrong_inverted(fn):
    """Returns True for the wrong ones."""
    return not kill_mase__right_by_hand_in_the_fourteenth(fn)


def ar_forecast__right_lstsq_in_the_fourteenth(y, p, h):
    days = [float(v) for v in y]
    rows = [[1.0] + days[t - p : t][::-1] for t in range(p, len(days))]
    weights = np.linalg.lstsq(np.array(rows), np.array(days[p:]), rcond=None)[0]
    for _ in range(h):
        days.append(float(weights[0] + np.dot(weights[1:], days[-p:][::-1])))
    return np.array(days[-h:])


def ar_forecast__right_windows_qr(y, p, h):
    y = np.array(y, dtype=float)
    shift, size = y.mean(), max(y.std(), 1e-300)
    z = (y - shift) / size
    windows = sliding_window_view(z, p + 1)
    X = np.column_stack([windows[:, :p], np.ones(len(windows))])
    Q, R = np.linalg.qr(X)
    w = np.linalg.solve(R, Q.T @ windows[:, p])
    memory, out = deque(z[-p:], maxlen=p), []
    for _ in range(h):
        step = sum(a * b for a, b in zip(w, memory)) + w[p]
        memory.append(step)
        out.append(step * size + shift)
    return np.array(out)


def ar_forecast__right_companion_in_the_fourteenth(y, p, h):
    y = np.asarray(y).astype(float)
    X = np.ones((len(y) - p, p + 1))
    for k in range(1, p + 1):
        X[:, k] = y[p - k : len(y) - k]
    w = np.linalg.pinv(X, rcond=1e-14) @ y[p:]
    A = np.zeros((p + 1, p + 1))
    A[0, 0] = 1
    A[1] = w
    for k in range(2, p + 1):
        A[k, k - 1] = 1
    state, out = np.concatenate([[1.0], y[::-1][:p]]), np.empty(h)
    for i in range(h):
        state = A @ state
        out[i] = state[1]
    return out


def ar_forecast__wrong_order_of_weights(y, p, h):
    """Fitted with the oldest day first, applied to the latest first: shows for p = 2."""
    y = np.asarray(y, float)
    X = np.column_stack([np.ones(len(y) - p), sliding_window_view(y, p)[:-1]])
    w = np.linalg.lstsq(X, y[p:], rcond=None)[0]
    days = list(y)
    for _ in range(h):
        days.append(w[0] + sum(w[k] * days[-k] for k in range(1, p + 1)))
    return np.array(days[-h:])


def ar_forecast__wrong_integer_buffer_in_the_fourteenth(y, p, h):
    """Forecasts are written into an array of y's type: integers cut them off."""
    y = np.asarray(y)
    days = np.empty(len(y) + h, dtype=y.dtype)
    days[: len(y)] = y
    f = y.astype(float)
    X = np.array([np.r_[1.0, f[t - p : t][::-1]] for t in range(p, len(f))])
    w = np.linalg.lstsq(X, f[p:], rcond=None)[0]
    for t in range(len(y), len(y) + h):
        days[t] = w[0] + w[1:] @ days[t - p : t][::-1].astype(float)
    return days[len(y) :].astype(float)


def ar_forecast__wrong_last_row_dropped_in_the_fourteenth(y, p, h):
    """The last day is not a target in the fit: any series with noise shows it."""
    y = np.asarray(y, float)
    X = np.array([np.r_[1.0, y[t - p : t][::-1]] for t in range(p, len(y) - 1)])
    w = np.linalg.lstsq(X, y[p:-1], rcond=None)[0]
    days = list(y)
    for _ in range(h):
        days.append(w[0] + w[1:] @ np.array(days[-p:][::-1]))
    return np.array(days[-h:])


def ar_forecast__wrong_stale_second_lag(y, p, h):
    """A forecast takes the place of the day before alone; farther lags stay those of the last known day: p = 2, h = 2."""
    y = np.asarray(y, float)
    X = np.array([np.r_[1.0, y[t - p : t][::-1]] for t in range(p, len(y))])
    w = np.linalg.lstsq(X, y[p:], rcond=None)[0]
    row, out = y[-p:][::-1].copy(), []
    for _ in range(h):
        out.append(w[0] + w[1:] @ row)
        row[0] = out[-1]
    return np.array(out)


def ar_forecast__wrong_demeaned_no_intercept(y, p, h):
    """The mean of all days is taken off and no intercept is fitted: not the least squares."""
    y = np.asarray(y, float)
    mean = y.mean()
    z = y - mean
    X = np.array([z[t - p : t][::-1] for t in range(p, len(z))])
    w = np.linalg.lstsq(X, z[p:], rcond=None)[0]
    days = list(z)
    for _ in range(h):
        days.append(w @ np.array(days[-p:][::-1]))
    return np.array(days[-h:]) + mean


def ar_forecast__wrong_narrow_normal_equations(y, p, h):
    """X keeps the narrow type, so that X'X wraps: uint8 days of 100 and more."""
    y = np.asarray(y)
    X = np.array([y[t - p : t][::-1] for t in range(p, len(y))])
    X = np.column_stack([np.ones(len(X), dtype=y.dtype), X])
    w = np.linalg.lstsq((X.T @ X).astype(float), (X.T @ y[p:]).astype(float), rcond=None)[0]
    days = [float(v) for v in y]
    for _ in range(h):
        days.append(w[0] + w[1:] @ np.array(days[-p:][::-1]))
    return np.array(days[-h:])


def ar_forecast__wrong_writes_into_y_in_the_fourteenth(y, p, h):
    """np.asarray does not copy floats, and y is centred in place."""
    y = np.asarray(y, dtype=float)
    mean = y.mean()
    y -= mean
    X = np.array([np.r_[1.0, y[t - p : t][::-1]] for t in range(p, len(y))])
    w = np.linalg.lstsq(X, y[p:], rcond=None)[0]
    days = list(y)
    for _ in range(h):
        days.append(w[0] + w[1:] @ np.array(days[-p:][::-1]))
    return np.array(days[-h:]) + mean


def ar_forecast__wrong_not_below_zero_in_the_fourteenth(y, p, h):
    """Forecasts are cut at 0 since they are sales: a series of logarithms below 0."""
    return np.maximum(ar_forecast__right_lstsq_in_the_fourteenth(y, p, h), 0)


def ar_forecast__wrong_ridge_in_the_fourteenth(y, p, h):
    """A small penalty for stability: weights are not the least squares, and a series in units of 0.01 shows it."""
    y = np.asarray(y, float)
    X = np.array([np.r_[1.0, y[t - p : t][::-1]] for t in range(p, len(y))])
    w = np.linalg.solve(X.T @ X + 1e-6 * np.eye(p + 1), X.T @ y[p:])
    days = list(y)
    for _ in range(h):
        days.append(w[0] + w[1:] @ np.array(days[-p:][::-1]))
    return np.array(days[-h:])


def ar_forecast__wrong_only_2p_rows(y, p, h):
    """Only the last 2 p + 2 days are used in the fit: a longer series with noise."""
    y = np.asarray(y, float)
    return ar_forecast__right_lstsq_in_the_fourteenth(y[-(2 * p + 2) :], p, h)


def ar_forecast__wrong_yule_walker_in_the_fourteenth(y, p, h):
    """Weights from autocorrelations, not from least squares."""
    y = np.asarray(y, float)
    z = y - y.mean()
    r = np.array([z[: len(z) - k] @ z[k:] for k in range(p + 1)])
    w = np.linalg.lstsq(
        np.array([[r[abs(i - j)] for j in range(p)] for i in range(p)]), r[1:], rcond=None
    )[0]
    days = list(z)
    for _ in range(h):
        days.append(w @ np.array(days[-p:][::-1]))
    return np.array(days[-h:]) + y.mean()


def ar_forecast__right_refitted(y, p, h):
    # a forecast has no residual, so a fit with it as a day gives the same weights
    days = np.asarray(y, float)
    for _ in range(h):
        days = np.concatenate([days, ar_forecast__right_lstsq_in_the_fourteenth(days, p, 1)])
    return days[-h:]


def ar_forecast__wrong_rounded(y, p, h):
    """Forecasts are rounded to six digits: a series in units of 1e-5 shows it."""
    return ar_forecast__right_lstsq_in_the_fourteenth(y, p, h).round(6)


def ar_forecast__wrong_lag_p_only(y, p, h):
    """Regresses on the one day p days before, not on all p days: p = 2."""
    y = np.asarray(y, float)
    X = np.column_stack([np.ones(len(y) - p), y[:-p]])
    w = np.linalg.lstsq(X, y[p:], rcond=None)[0]
    days = list(y)
    for _ in range(h):
        days.append(w[0] + w[1] * days[-p])
    return np.array(days[-h:])


def holt_winters__right_loop_in_the_fourteenth(y, m, alpha, gamma, h):
    y = [float(v) for v in y]
    level = sum(y[:m]) / m
    season = [v - level for v in y[:m]]
    for t in range(m, len(y)):
        old, s = level, season[t % m]
        level = alpha * (y[t] - s) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * s
    return np.array([level + season[(len(y) + k) % m] for k in range(h)])


def holt_winters__right_queue_in_the_fourteenth(y, m, alpha, gamma, h):
    y = np.asarray(y).astype(float)
    level = y[:m].mean()
    season = deque(y[:m] - level)
    for day in y[m:]:
        s = season.popleft()
        level, new = level + alpha * (day - s - level), s + gamma * (day - level - s)
        season.append(new)
    return np.resize(level + np.array(season), h).astype(float)


def holt_winters__right_reduce(y, m, alpha, gamma, h):
    y = np.array(y, dtype=np.float64)

    def step(state, day):
        level, season = state
        return (
            alpha * (day - season[0]) + (1 - alpha) * level,
            (*season[1:], gamma * (day - level) + (1 - gamma) * season[0]),
        )

    first = float(np.mean(y[:m]))
    level, season = functools.reduce(step, y[m:], (first, tuple(y[:m] - first)))
    return np.array([level + s for s in itertools.islice(itertools.cycle(season), h)], dtype=float)


def holt_winters__right_from_day_zero_in_the_fourteenth(y, m, alpha, gamma, h):
    """The loop begins at day 0: the first season changes nothing, as its errors are 0."""
    y = np.asarray(y, float)
    level = y[:m].sum() / m
    season = (y[:m] - level).copy()
    for t, day in enumerate(y):
        error = day - level - season[t % m]
        if t < m:
            continue
        level += alpha * error
        season[t % m] += gamma * error
    return level + season[np.arange(len(y), len(y) + h) % m]


def _hw_in_the_fourteenth(y, m, alpha, gamma, h, new_level=False, offset=0):
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        ref = level if new_level else old
        season[t % m] = gamma * (y[t] - ref) + (1 - gamma) * season[t % m]
    return level, season, len(y)


def holt_winters__wrong_new_level_in_the_fourteenth(y, m, alpha, gamma, h):
    """The season is updated with the new level: fails the example."""
    level, season, n = _hw_in_the_fourteenth(y, m, alpha, gamma, h, new_level=True)
    return level + season[np.arange(n, n + h) % m]


def holt_winters__wrong_alpha_gamma_swapped_in_the_fourteenth(y, m, alpha, gamma, h):
    """alpha and gamma change places: seen where they differ."""
    level, season, n = _hw_in_the_fourteenth(y, m, gamma, alpha, h)
    return level + season[np.arange(n, n + h) % m]


def holt_winters__wrong_starts_at_place_zero(y, m, alpha, gamma, h):
    """The first forecast takes place 0 of the season: wrong if y is not of whole seasons."""
    level, season, n = _hw_in_the_fourteenth(y, m, alpha, gamma, h)
    return level + season[np.arange(h) % m]


def holt_winters__wrong_two_seasons_ahead_in_the_fourteenth(y, m, alpha, gamma, h):
    """The season is doubled and cut: too short for h above 2 m."""
    level, season, n = _hw_in_the_fourteenth(y, m, alpha, gamma, h)
    ahead = np.roll(season, -(n % m))
    return level + np.concatenate([ahead, ahead])[:h]


def holt_winters__wrong_partial_season_dropped(y, m, alpha, gamma, h):
    """Only whole seasons are read: the last days of 17 with m = 7 are left out of the updates."""
    y = np.asarray(y, float)
    n = len(y)
    level, season, _ = _hw_in_the_fourteenth(y[: n // m * m], m, alpha, gamma, h)
    return level + season[np.arange(n, n + h) % m]


def holt_winters__wrong_season_centred_in_the_fourteenth(y, m, alpha, gamma, h):
    """The season is made to sum to 0 at the end; after updates it need not."""
    level, season, n = _hw_in_the_fourteenth(y, m, alpha, gamma, h)
    season = season - season.mean()
    return level + season[np.arange(n, n + h) % m]


def holt_winters__wrong_alpha_zero_is_default(y, m, alpha, gamma, h):
    """`alpha or 0.5`: an alpha of 0 must leave the level as it is."""
    level, season, n = _hw_in_the_fourteenth(y, m, alpha or 0.5, gamma or 0.5, h)
    return level + season[np.arange(n, n + h) % m]


def holt_winters__wrong_writes_into_y(y, m, alpha, gamma, h):
    """The season is a view of y for floats, so y changes."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m]
    season -= level
    n = len(y)
    for t in range(m, n):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return level + season[np.arange(n, n + h) % m]


def holt_winters__wrong_season_first(y, m, alpha, gamma, h):
    """The season is updated first, and the level then uses the new seasonal value."""
    y = np.asarray(y, float)
    level = y[:m].mean()
    season = y[:m] - level
    n = len(y)
    for t in range(m, n):
        season[t % m] = gamma * (y[t] - level) + (1 - gamma) * season[t % m]
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
    return level + season[np.arange(n, n + h) % m]


def holt_winters__wrong_not_below_zero_in_the_fourteenth(y, m, alpha, gamma, h):
    """Forecasts are cut at 0: a series below 0 shows it."""
    return np.maximum(holt_winters__right_loop_in_the_fourteenth(y, m, alpha, gamma, h), 0)


def holt_winters__wrong_integer_season_in_the_fourteenth(y, m, alpha, gamma, h):
    """The season is stored in y's integer type and cut off: [10, 21, ...] has a level of 15.5."""
    y = np.asarray(y)
    level = float(y[:m].astype(float).mean())
    season = np.zeros(m, dtype=y.dtype if y.dtype.kind != "u" else np.int64)
    season[:] = y[:m].astype(float) - level
    n = len(y)
    for t in range(m, n):
        old, s = level, float(season[t % m])
        level = alpha * (float(y[t]) - s) + (1 - alpha) * old
        season[t % m] = gamma * (float(y[t]) - old) + (1 - gamma) * s
    return (level + season[np.arange(n, n + h) % m]).astype(float)


def holt_winters__right_other_start_level(y, m, alpha, gamma, h):
    # a constant added to the level is taken from every season, now and after each update: the sum is the same
    y = np.asarray(y, float)
    level, n = y.mean(), len(y)
    season = y[:m] - level
    for t in range(m, n):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return level + season[np.arange(n, n + h) % m]


def holt_winters__wrong_seasonal_by_season_mean(y, m, alpha, gamma, h):
    """The level in the season's update is that at the beginning of the season, not of the day before: example passes only day 1."""
    y = np.asarray(y, float)
    level, n = y[:m].mean(), len(y)
    season, at_start = y[:m] - level, level
    for t in range(m, n):
        if t % m == 0:
            at_start = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * level
        season[t % m] = gamma * (y[t] - at_start) + (1 - gamma) * season[t % m]
    return level + season[np.arange(n, n + h) % m]


def holt_winters__wrong_last_levels_per_day(y, m, alpha, gamma, h):
    """Beyond one season the season is repeated backwards (np.pad reflect): h above m."""
    level, season, n = _hw_in_the_fourteenth(y, m, alpha, gamma, h)
    ahead = np.roll(season, -(n % m))
    if h > m:
        ahead = np.pad(ahead, (0, h - m), mode="symmetric")
    return level + ahead[:h]


def rolling_origin__right_range_in_the_fourteenth(y, fit_predict, start, h, step):
    errors = []
    for o in range(start, len(y) - h + 1, step):
        said = np.asarray(fit_predict(y[:o], h), dtype=float)
        errors.append((o, float(np.mean(np.abs(np.asarray(y[o : o + h], dtype=float) - said)))))
    return errors


def rolling_origin__right_while_in_the_fourteenth(y, fit_predict, start, h, step):
    series, out, o = np.array(y, dtype=float), [], start
    while o + h <= len(series):
        said = [float(v) for v in fit_predict(series[:o].copy(), h)]
        out.append((o, math.fsum(abs(a - b) for a, b in zip(series[o : o + h].tolist(), said)) / h))
        o += step
    return out


def rolling_origin__right_windows(y, fit_predict, start, h, step):
    if len(y) < start + h:
        return []
    blocks = sliding_window_view(np.asarray(y).astype(float), h)[start::step]
    origins = [start + step * i for i in range(len(blocks))]
    said = np.array([[float(v) for v in fit_predict(y[:o], h)] for o in origins])
    return list(zip(origins, np.abs(blocks - said).mean(axis=1).tolist()))


def rolling_origin__wrong_partial_blocks(y, fit_predict, start, h, step):
    """Origins with fewer than h days left are judged on what remains: h = 2, last day."""
    out = []
    for o in range(start, len(y), step):
        actual = np.asarray(y[o : o + h], float)
        said = np.asarray(fit_predict(y[:o], h), float)[: len(actual)]
        out.append((o, float(np.abs(actual - said).mean())))
    return out


def rolling_origin__wrong_unsigned(y, fit_predict, start, h, step):
    """The difference is taken in the narrow type: uint8 4 - 5."""
    return [
        (o, float(np.mean(np.abs(y[o : o + h] - np.asarray(fit_predict(y[:o], h))))))
        for o in range(start, len(y) - h + 1, step)
    ]


def rolling_origin__wrong_sliding_window(y, fit_predict, start, h, step):
    """The history is the last `start` days, not all: a forecaster of the mean shows it."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        said = np.asarray(fit_predict(y[o - start : o], h), float)
        out.append((o, float(np.abs(np.asarray(y[o : o + h], float) - said).mean())))
    return out


def rolling_origin__wrong_writes_through_view(y, fit_predict, start, h, step):
    """`said -= actual` writes into y where the forecaster gives a view of the history back."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        said = np.asarray(fit_predict(y[:o], h), dtype=float)
        said -= y[o : o + h]
        out.append((o, float(np.abs(said).mean())))
    return out


def rolling_origin__wrong_last_origin_missing_in_the_fourteenth(y, fit_predict, start, h, step):
    """range ends at n - h, so the last origin with exactly h days left is missing."""
    return [
        (
            o,
            float(
                np.abs(
                    np.asarray(y[o : o + h], float) - np.asarray(fit_predict(y[:o], h), float)
                ).mean()
            ),
        )
        for o in range(start, len(y) - h, step)
    ]


def rolling_origin__wrong_rmse(y, fit_predict, start, h, step):
    """Root of the mean square: agrees where h is 1."""
    return [
        (
            o,
            float(
                np.sqrt(
                    np.mean(
                        (np.asarray(y[o : o + h], float) - np.asarray(fit_predict(y[:o], h), float))
                        ** 2
                    )
                )
            ),
        )
        for o in range(start, len(y) - h + 1, step)
    ]


def rolling_origin__wrong_signed_mean(y, fit_predict, start, h, step):
    """The absolute value of the mean error: errors of +1 and -1 cancel, h = 2."""
    return [
        (
            o,
            float(
                abs(
                    np.mean(
                        np.asarray(y[o : o + h], float) - np.asarray(fit_predict(y[:o], h), float)
                    )
                )
            ),
        )
        for o in range(start, len(y) - h + 1, step)
    ]


def rolling_origin__wrong_one_day_at_a_time_in_the_fourteenth(y, fit_predict, start, h, step):
    """Each of the h days is forecast from the days before it, some of them after the origin."""
    out = []
    for o in range(start, len(y) - h + 1, step):
        said = [float(np.asarray(fit_predict(y[: o + k], 1), float)[0]) for k in range(h)]
        out.append((o, float(np.abs(np.asarray(y[o : o + h], float) - said).mean())))
    return out


def rolling_origin__wrong_short_history_skipped(y, fit_predict, start, h, step):
    """Origins with fewer than h days before them are skipped: start 2, h 3."""
    return [
        pair
        for pair in rolling_origin__right_range_in_the_fourteenth(y, fit_predict, start, h, step)
        if pair[0] >= h
    ]


def rolling_origin__wrong_step_counts_days_judged(y, fit_predict, start, h, step):
    """The next origin is never within the h days just judged: wrong where step is less than h."""
    return rolling_origin__right_range_in_the_fourteenth(y, fit_predict, start, h, max(step, h))


def rolling_origin__wrong_from_the_end(y, fit_predict, start, h, step):
    """Origins are counted back from the last possible one: with n - h - start no multiple of step they are others."""
    origins = sorted(range(len(y) - h, start - 1, -step))
    return [
        (
            o,
            float(
                np.abs(
                    np.asarray(y[o : o + h], float) - np.asarray(fit_predict(y[:o], h), float)
                ).mean()
            ),
        )
        for o in origins
    ]


def rolling_origin__wrong_fitted_once_in_the_fourteenth(y, fit_predict, start, h, step):
    """The forecaster is asked once, at the first origin, for all days: h is not the h it was given."""
    long = np.asarray(fit_predict(y[:start], max(len(y) - start, h)), float)
    return [
        (
            o,
            float(
                np.abs(
                    np.asarray(y[o : o + h], float)
                    - np.resize(long, len(y))[o - start : o - start + h]
                ).mean()
            ),
        )
        for o in range(start, len(y) - h + 1, step)
    ]


def rolling_origin__wrong_gap(y, fit_predict, start, h, step):
    """A gap of h - 1 days is left before the origin: the forecaster is not given all days before it; h = 2."""
    return [
        (
            o,
            float(
                np.abs(
                    np.asarray(y[o : o + h], float)
                    - np.asarray(fit_predict(y[: o - h + 1], h), float)
                ).mean()
            ),
        )
        for o in range(start, len(y) - h + 1, step)
    ]


def rolling_origin__wrong_rounded(y, fit_predict, start, h, step):
    """Errors are rounded to two digits: three days with errors 0, 0, 1."""
    return [
        (o, round(e, 2))
        for o, e in rolling_origin__right_range_in_the_fourteenth(y, fit_predict, start, h, step)
    ]


def rolling_origin__wrong_no_origin_raises(y, fit_predict, start, h, step):
    """Where no origin has h days left it raises in place of an empty list."""
    origins = np.arange(start, len(y) - h + 1, step)
    errors = np.vstack(
        [
            np.abs(np.asarray(y[o : o + h], float) - np.asarray(fit_predict(y[:o], h), float))
            for o in origins
        ]
    ).mean(axis=1)
    return list(zip(origins.tolist(), errors.tolist()))


def back_transform__right_closed_form_in_the_fourteenth(mu, sd, loss):
    mu, sd = np.asarray(mu, dtype=float), np.asarray(sd, dtype=float)
    if isinstance(loss, str):
        return np.exp(mu + sd**2 / 2) if loss == "squared" else np.exp(mu)
    return np.exp(mu + stats.norm.ppf(loss) * sd)


def back_transform__right_loop_in_the_fourteenth(mu, sd, loss):
    q = 0.5 if loss == "absolute" else loss
    out = []
    for a, b in zip(np.asarray(mu).tolist(), np.asarray(sd).tolist()):
        shift = b * b / 2 if q == "squared" else statistics.NormalDist().inv_cdf(float(q)) * b
        out.append(math.exp(a + shift))
    return np.array(out, dtype=float)


def back_transform__right_scipy_lognorm(mu, sd, loss):
    mu, sd = np.array(mu, dtype=float), np.array(sd, dtype=float)
    out, wide = np.exp(mu), sd > 0
    law = stats.lognorm(s=sd[wide], scale=out[wide])
    if loss == "squared":
        out[wide] = law.mean()
    elif loss != "absolute":
        out[wide] = law.ppf(loss)
    return out


def back_transform__wrong_integer_output(mu, sd, loss):
    """np.empty_like(mu) is of whole numbers where mu is: forecasts are cut off."""
    out = np.empty_like(mu)
    z = 0.0 if isinstance(loss, str) else special.ndtri(loss)
    for i in range(len(mu)):
        out[i] = np.exp(
            float(mu[i]) + (float(sd[i]) ** 2 / 2 if loss == "squared" else z * float(sd[i]))
        )
    return out


def back_transform__wrong_lognorm_of_zero(mu, sd, loss):
    """scipy's lognorm gives NaN for s = 0, which is allowed."""
    law = stats.lognorm(s=np.asarray(sd, float), scale=np.exp(np.asarray(mu, float)))
    if loss == "squared":
        return law.mean()
    return law.ppf(0.5 if loss == "absolute" else loss)


def back_transform__wrong_absolute_z(mu, sd, loss):
    """The quantile is always above the median: wrong for q below 0.5."""
    if isinstance(loss, str):
        return back_transform__right_closed_form_in_the_fourteenth(mu, sd, loss)
    return np.exp(np.asarray(mu, float) + abs(special.ndtri(loss)) * np.asarray(sd, float))


def back_transform__wrong_writes_into_mu(mu, sd, loss):
    """mu is added to in place where it is of floats."""
    mu, sd = np.asarray(mu, float), np.asarray(sd, float)
    if loss == "squared":
        mu += sd**2 / 2
    elif loss != "absolute":
        mu += special.ndtri(loss) * sd
    return np.exp(mu)


def back_transform__wrong_pooled_sd_in_the_fourteenth(mu, sd, loss):
    """One correction for all days, from the mean variance: days with different sd."""
    sd = np.full(len(sd), np.sqrt(np.mean(np.asarray(sd, float) ** 2)))
    return back_transform__right_closed_form_in_the_fourteenth(mu, sd, loss)


def back_transform__wrong_sd_without_square(mu, sd, loss):
    """exp(mu + sd / 2) for the mean."""
    mu, sd = np.asarray(mu, float), np.asarray(sd, float)
    if loss == "squared":
        return np.exp(mu + sd / 2)
    return back_transform__right_closed_form_in_the_fourteenth(mu, sd, loss)


def back_transform__wrong_mean_for_absolute_in_the_fourteenth(mu, sd, loss):
    """The mean for the absolute error and the median for the squared one."""
    other = (
        {"absolute": "squared", "squared": "absolute"}.get(loss, loss)
        if isinstance(loss, str)
        else loss
    )
    return back_transform__right_closed_form_in_the_fourteenth(mu, sd, other)


def back_transform__wrong_other_side(mu, sd, loss):
    """The quantile 1 - q: prices of too high and too low change places."""
    return back_transform__right_closed_form_in_the_fourteenth(
        mu, sd, loss if isinstance(loss, str) else 1 - loss
    )


def back_transform__wrong_quantile_around_mean(mu, sd, loss):
    """The quantile is put around the mean of sales: exp(mu + sd^2 / 2 + z sd)."""
    mu, sd = np.asarray(mu, float), np.asarray(sd, float)
    if isinstance(loss, str):
        return back_transform__right_closed_form_in_the_fourteenth(mu, sd, loss)
    return np.exp(mu + sd**2 / 2 + special.ndtri(loss) * sd)


def back_transform__wrong_bounded_search(mu, sd, loss):
    """A numerical search of q within ten times the median: sd = 2 and q = 0.95 lie beyond."""
    mu, sd = np.asarray(mu, float), np.asarray(sd, float)
    right = back_transform__right_closed_form_in_the_fourteenth(mu, sd, loss)
    return np.minimum(right, 10 * np.exp(mu))


def back_transform__wrong_z_clipped(mu, sd, loss):
    """z is kept within 3 standard deviations: q = 0.999 is at 3.09."""
    if isinstance(loss, str):
        return back_transform__right_closed_form_in_the_fourteenth(mu, sd, loss)
    z = np.clip(special.ndtri(loss), -3, 3)
    return np.exp(np.asarray(mu, float) + z * np.asarray(sd, float))


def back_transform__wrong_simulated(mu, sd, loss):
    """20,000 draws: the mean and the quantile are right to a percent alone (without q a multiple of the draws)."""
    rng = np.random.default_rng(0)
    draws = np.exp(np.asarray(mu, float) + np.asarray(sd, float) * rng.normal(size=(20_000, 1)))
    if loss == "squared":
        return draws.mean(axis=0)
    if loss == "absolute":
        return np.exp(np.asarray(mu, float))
    return np.quantile(draws, loss, axis=0)


def back_transform__wrong_whole_number_half(mu, sd, loss):
    """sd ** 2 // 2 with whole numbers: an sd of 1 adds 0 (floats are treated rightly)."""
    mu, sd = np.asarray(mu), np.asarray(sd)
    if loss == "squared":
        half = sd**2 // 2 if sd.dtype.kind in "iu" else sd**2 / 2
        return np.exp(mu.astype(float) + half)
    return back_transform__right_closed_form_in_the_fourteenth(mu, sd, loss)


def back_transform__wrong_large_sd_second_order(mu, sd, loss):
    """exp(mu) times a series to the fourth order in place of exp: sd = 2 shows it, sd = 0.5 hardly."""
    mu, sd = np.asarray(mu, float), np.asarray(sd, float)
    if loss == "squared":
        v = sd**2 / 2
        return np.exp(mu) * (1 + v + v**2 / 2 + v**3 / 6)
    return back_transform__right_closed_form_in_the_fourteenth(mu, sd, loss)


def holiday_columns__right_isin_in_the_fourteenth(days, holidays, before, after):
    days, holidays = np.asarray(days).astype(np.int64), np.asarray(holidays).astype(np.int64)
    return np.column_stack(
        [np.isin(days, holidays + shift).astype(float) for shift in range(-before, after + 1)]
    )


def holiday_columns__right_set_in_the_fourteenth(days, holidays, before, after):
    free = {int(d) for d in holidays}
    columns = np.zeros((len(days), before + 1 + after))
    for i, day in enumerate(days):
        for j in range(before + 1 + after):
            if int(day) - (j - before) in free:
                columns[i, j] = 1.0
    return columns


def holiday_columns__right_scatter_in_the_fourteenth(days, holidays, before, after):
    rows = {}
    for i, day in enumerate(np.asarray(days).tolist()):
        rows.setdefault(day, []).append(i)
    columns = np.zeros((len(days), before + 1 + after), dtype=float)
    for holiday in np.asarray(holidays).tolist():
        for j in range(before + 1 + after):
            for i in rows.get(holiday + j - before, ()):
                columns[i, j] = 1
    return columns


def holiday_columns__right_broadcast_in_the_fourteenth(days, holidays, before, after):
    lag = np.asarray(days, dtype=np.int64)[:, None] - np.asarray(holidays, dtype=np.int64)[None, :]
    return (lag[:, :, None] == np.arange(-before, after + 1)).any(axis=1).astype(float)


def holiday_columns__wrong_by_position(days, holidays, before, after):
    """The holiday's column is shifted by rows: days with gaps or in another order, or a holiday just outside."""
    flag = np.isin(days, holidays).astype(float)
    columns = np.zeros((len(days), before + 1 + after))
    for j in range(before + 1 + after):
        shift, n = j - before, len(days)
        for i in range(n):
            if 0 <= i - shift < n:
                columns[i, j] = flag[i - shift]
    return columns


def holiday_columns__wrong_counts_in_the_fourteenth(days, holidays, before, after):
    """Counts: a holiday that is listed twice gives 2."""
    lag = np.asarray(days)[:, None] - np.asarray(holidays)[None, :]
    return np.stack([(lag == s).sum(axis=1) for s in range(-before, after + 1)], axis=1).astype(
        float
    )


def holiday_columns__wrong_outside_dropped_in_the_fourteenth(days, holidays, before, after):
    """Only holidays among the days count: a holiday one day after the last day is lost."""
    inside = np.intersect1d(holidays, days)
    return holiday_columns__right_isin_in_the_fourteenth(days, inside, before, after)


def holiday_columns__wrong_range_of_days_in_the_fourteenth(days, holidays, before, after):
    """Holidays beyond the first and last day are dropped, those in gaps kept: a holiday one day after the last."""
    holidays = np.asarray(holidays)
    keep = holidays[(holidays >= np.min(days)) & (holidays <= np.max(days))]
    return holiday_columns__right_isin_in_the_fourteenth(days, keep, before, after)


def holiday_columns__wrong_nearest_only_in_the_fourteenth(days, holidays, before, after):
    """Each day belongs to its nearest holiday: a day between two holidays gets one 1."""
    days = np.asarray(days)
    columns = np.zeros((len(days), before + 1 + after))
    if len(holidays) == 0:
        return columns
    lag = days[:, None] - np.asarray(holidays)[None, :]
    near = lag[np.arange(len(days)), np.abs(lag).argmin(axis=1)]
    for i, shift in enumerate(near):
        if -before <= shift <= after:
            columns[i, shift + before] = 1
    return columns


def holiday_columns__wrong_no_holidays_in_the_fourteenth(days, holidays, before, after):
    """min over no holidays raises."""
    lag = np.asarray(days)[:, None] - np.asarray(holidays)[None, :]
    return np.stack(
        [(np.abs(lag - s).min(axis=1) == 0).astype(float) for s in range(-before, after + 1)],
        axis=1,
    )


def holiday_columns__wrong_mirrored_in_the_fourteenth(days, holidays, before, after):
    """Column j is the day j - before days BEFORE a holiday: fails the example by its order."""
    lag = np.asarray(holidays)[None, :] - np.asarray(days)[:, None]
    return np.stack([(lag == s).any(axis=1) for s in range(-before, after + 1)], axis=1).astype(
        float
    )


def holiday_columns__wrong_before_and_after_swapped_in_the_fourteenth(
    days, holidays, before, after
):
    """As many columns before as there should be after: agrees where before equals after."""
    return holiday_columns__right_isin_in_the_fourteenth(days, holidays, after, before)


def holiday_columns__wrong_holiday_has_no_neighbour_in_the_fourteenth(
    days, holidays, before, after
):
    """A holiday has a 1 in its own column alone: two holidays in a row are also neighbours of each other."""
    columns = holiday_columns__right_isin_in_the_fourteenth(days, holidays, before, after)
    own = columns[:, before] == 1
    columns[own] = 0
    columns[own, before] = 1
    return columns


def holiday_columns__wrong_bool_columns(days, holidays, before, after):
    """Columns of bool, not of float."""
    lag = np.asarray(days)[:, None] - np.asarray(holidays)[None, :]
    return np.stack([(lag == s).any(axis=1) for s in range(-before, after + 1)], axis=1)


def holiday_columns__wrong_sorted_days_in_the_fourteenth(days, holidays, before, after):
    """Rows come in the order of sorted days: days in another order."""
    return holiday_columns__right_isin_in_the_fourteenth(np.sort(days), holidays, before, after)


def holiday_columns__wrong_holidays_moved_in_the_fourteenth(days, holidays, before, after):
    """The caller's holidays are moved in place."""
    holidays -= before
    columns = []
    for _ in range(before + 1 + after):
        columns.append(np.isin(days, holidays).astype(float))
        holidays += 1
    return np.column_stack(columns)


def holiday_columns__right_unique_assumed(days, holidays, before, after):
    return np.column_stack(
        [
            np.isin(days, np.asarray(holidays) + s, assume_unique=True, kind="sort").astype(float)
            for s in range(-before, after + 1)
        ]
    )


def holiday_columns__wrong_index_from_first_day(days, holidays, before, after):
    """Rows are found by day - days[0]: days in any order, or with gaps."""
    columns = np.zeros((len(days), before + 1 + after))
    for holiday in holidays:
        for j in range(before + 1 + after):
            i = int(holiday) + j - before - int(days[0])
            if 0 <= i < len(days):
                columns[i, j] = 1
    return columns


def holiday_columns__wrong_searchsorted(days, holidays, before, after):
    """searchsorted takes the holidays for sorted: [20, 10] finds neither or one."""
    days, holidays = np.asarray(days), np.asarray(holidays)
    columns = np.zeros((len(days), before + 1 + after))
    if len(holidays) == 0:
        return columns
    for j in range(before + 1 + after):
        want = days - (j - before)
        at = np.minimum(np.searchsorted(holidays, want), len(holidays) - 1)
        columns[:, j] = holidays[at] == want
    return columns


def _sa_fit_in_the_fourteenth(z, order, seasonal, trend):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ARIMA(z, order=order, seasonal_order=seasonal, trend=trend).fit()


def _sa_diff(y, d, D, m):
    z = np.array(y, dtype=float)
    for _ in range(d):
        z = z[1:] - z[:-1]
    for _ in range(D):
        z = z[m:] - z[:-m]
    return z


def select_arima__right_loops(y_train, grid):
    d, D, m = grid["d"], grid["D"], grid["m"]
    z = _sa_diff(y_train, d, D, m)
    trend = "c" if d == D == 0 else "n"
    best, least, failed = None, np.inf, []
    for p in range(grid["p"] + 1):
        for q in range(grid["q"] + 1):
            for P in range(grid["P"] + 1):
                for Q in range(grid["Q"] + 1):
                    try:
                        aicc = float(
                            _sa_fit_in_the_fourteenth(z, (p, 0, q), (P, 0, Q, m), trend).aicc
                        )
                    except Exception:
                        aicc = np.nan
                    if not np.isfinite(aicc):
                        failed.append((p, d, q, P, D, Q, m))
                    elif aicc < least:
                        best, least = (p, d, q, P, D, Q, m), aicc
    return best, least, failed


def select_arima__right_product_in_the_fourteenth(y_train, grid):
    d, D, m = grid["d"], grid["D"], grid["m"]
    z = pd.Series(np.asarray(y_train).astype(float))
    for lag in [m] * D + [1] * d:
        z = z.diff(lag).iloc[lag:]
    found = {}
    for p, P, q, Q in itertools.product(*(range(grid[k] + 1) for k in ("p", "P", "q", "Q"))):
        try:
            value = float(
                _sa_fit_in_the_fourteenth(
                    z.to_numpy(), (p, 0, q), (P, 0, Q, m), "n" if d + D else "c"
                ).aicc
            )
        except Exception:
            value = float("nan")
        found[p, d, q, P, D, Q, m] = value
    fine = {order: v for order, v in found.items() if math.isfinite(v)}
    order = min(fine, key=fine.get)
    return order, fine[order], sorted(set(found) - set(fine))


def select_arima__right_table(y_train, grid):
    z = np.asarray(y_train, dtype=float)
    z = np.diff(z, n=grid["d"]) if grid["d"] else z.copy()
    for _ in range(grid["D"]):
        z = np.subtract(z[grid["m"] :], z[: -grid["m"]])
    trend = ["c", "n"][grid["d"] > 0 or grid["D"] > 0]

    def score(row):
        try:
            return _sa_fit_in_the_fourteenth(
                z, (row[0], 0, row[2]), (row[3], 0, row[5], row[6]), trend
            ).aicc
        except Exception:
            return np.inf

    kinds = [
        range(grid[k] + 1) if k in ("p", "q", "P", "Q") else [grid[k]]
        for k in ("p", "d", "q", "P", "D", "Q", "m")
    ]
    orders = list(itertools.product(*kinds))
    scores = pd.Series([score(o) for o in orders], index=range(len(orders)), dtype=float)
    scores = scores.where(np.isfinite(scores))
    at = int(scores.idxmin())
    return orders[at], float(scores[at]), [orders[i] for i in scores.index[scores.isna()]]


def _sa_search_in_the_fourteenth(
    z, grid, trend, score="aicc", top=1, key=None, skip=None, bad=None
):
    best, least, failed = None, np.inf, []
    d, D, m = grid["d"], grid["D"], grid["m"]
    for p, q, P, Q in itertools.product(*(range(grid[k] + top) for k in ("p", "q", "P", "Q"))):
        if skip and skip(p, q, P, Q):
            continue
        order = (p, d, q, P, D, Q, m)
        try:
            fit = _sa_fit_in_the_fourteenth(
                z, (p, 0, q), (P, 0, Q, m), trend(order) if callable(trend) else trend
            )
            value = float(getattr(fit, score))
            if bad and bad(fit):
                value = np.nan
        except Exception:
            value = np.nan
        if not np.isfinite(value):
            failed.append(order)
        elif value < least:
            best, least = order, value
    return best, least, failed


def _sa_trend_in_the_fourteenth(grid):
    return "c" if grid["d"] == grid["D"] == 0 else "n"


def _sa_z(y_train, grid):
    return _sa_diff(y_train, grid["d"], grid["D"], grid["m"])


def select_arima__wrong_narrow_differences_in_the_fourteenth(y_train, grid):
    """Differences are taken in the narrow type: uint8 days that fall."""
    z = np.diff(y_train, n=grid["d"])
    for _ in range(grid["D"]):
        z = z[grid["m"] :] - z[: -grid["m"]]
    return _sa_search_in_the_fourteenth(z.astype(float), grid, _sa_trend_in_the_fourteenth(grid))


def select_arima__wrong_always_constant_in_the_fourteenth(y_train, grid):
    """A constant also after a difference (the default of ARIMA with order d = 0)."""
    return _sa_search_in_the_fourteenth(_sa_z(y_train, grid), grid, "c")


def select_arima__wrong_constant_unless_d_in_the_fourteenth(y_train, grid):
    """The constant goes only where d is above 0: wrong for d = 0, D = 1."""
    return _sa_search_in_the_fourteenth(_sa_z(y_train, grid), grid, "n" if grid["d"] else "c")


def select_arima__wrong_constant_after_one_difference(y_train, grid):
    """As auto.arima does: a constant while d + D is at most 1."""
    return _sa_search_in_the_fourteenth(
        _sa_z(y_train, grid), grid, "c" if grid["d"] + grid["D"] <= 1 else "n"
    )


def select_arima__wrong_largest_left_out_in_the_fourteenth(y_train, grid):
    """range(grid['q']) leaves the largest q, P and Q out (p is right)."""
    shorter = lambda p, q, P, Q: (grid["q"] and q == grid["q"]) or (grid["P"] and P == grid["P"])
    return _sa_search_in_the_fourteenth(
        _sa_z(y_train, grid), grid, _sa_trend_in_the_fourteenth(grid), skip=shorter
    )


def select_arima__wrong_aic_in_the_fourteenth(y_train, grid):
    """AIC in place of AICc: short series."""
    return _sa_search_in_the_fourteenth(
        _sa_z(y_train, grid), grid, _sa_trend_in_the_fourteenth(grid), score="aic"
    )


def select_arima__wrong_aicc_of_aic_best(y_train, grid):
    """The model with the least BIC, with its AICc reported."""
    order, _, failed = _sa_search_in_the_fourteenth(
        _sa_z(y_train, grid), grid, _sa_trend_in_the_fourteenth(grid), score="bic"
    )
    p, d, q, P, D, Q, m = order
    return (
        order,
        float(
            _sa_fit_in_the_fourteenth(
                _sa_z(y_train, grid), (p, 0, q), (P, 0, Q, m), _sa_trend_in_the_fourteenth(grid)
            ).aicc
        ),
        failed,
    )


def select_arima__wrong_nan_wins(y_train, grid):
    """A NaN that comes first stays the least (nothing is below it), and is not in failed."""
    z, orders, values, failed = _sa_z(y_train, grid), [], [], []
    d, D, m = grid["d"], grid["D"], grid["m"]
    for p, q, P, Q in itertools.product(*(range(grid[k] + 1) for k in ("p", "q", "P", "Q"))):
        try:
            values.append(
                float(
                    _sa_fit_in_the_fourteenth(
                        z, (p, 0, q), (P, 0, Q, m), _sa_trend_in_the_fourteenth(grid)
                    ).aicc
                )
            )
            orders.append((p, d, q, P, D, Q, m))
        except Exception:
            failed.append((p, d, q, P, D, Q, m))
    at = int(np.argmin(values))
    return orders[at], values[at], failed


def select_arima__wrong_infinite_not_failed_in_the_fourteenth(y_train, grid):
    """Only NaN counts as failed: an AICc of inf (too few days for the parameters) is in no list, one of -inf wins."""
    z, best, least, failed = _sa_z(y_train, grid), None, np.inf, []
    d, D, m = grid["d"], grid["D"], grid["m"]
    for p, q, P, Q in itertools.product(*(range(grid[k] + 1) for k in ("p", "q", "P", "Q"))):
        order = (p, d, q, P, D, Q, m)
        try:
            value = float(
                _sa_fit_in_the_fourteenth(
                    z, (p, 0, q), (P, 0, Q, m), _sa_trend_in_the_fourteenth(grid)
                ).aicc
            )
        except Exception:
            value = np.nan
        if np.isnan(value):
            failed.append(order)
        elif value < least:
            best, least = order, value
    return best, least, failed


def select_arima__wrong_error_ends_search(y_train, grid):
    """A fit that raises ends the search: p = 2 with m = 2 and P = 1 raises in statsmodels."""
    z, best, least, failed = _sa_z(y_train, grid), None, np.inf, []
    d, D, m = grid["d"], grid["D"], grid["m"]
    try:
        for p, q, P, Q in itertools.product(*(range(grid[k] + 1) for k in ("p", "q", "P", "Q"))):
            value = float(
                _sa_fit_in_the_fourteenth(
                    z, (p, 0, q), (P, 0, Q, m), _sa_trend_in_the_fourteenth(grid)
                ).aicc
            )
            if value < least:
                best, least = (p, d, q, P, D, Q, m), value
            elif not np.isfinite(value):
                failed.append((p, d, q, P, D, Q, m))
    except Exception:
        failed.append((p, d, q, P, D, Q, m))
    return best, least, failed


def select_arima__wrong_zero_differences_in_order(y_train, grid):
    """The order is the one that was given to ARIMA, with d = D = 0: shows if a difference was taken."""
    order, least, failed = select_arima__right_loops(y_train, grid)
    zero = lambda o: (o[0], 0, o[2], o[3], 0, o[5], o[6])
    return zero(order), least, [zero(o) for o in failed]


def select_arima__wrong_one_seasonal_difference_in_the_fourteenth(y_train, grid):
    """D = 2 takes one seasonal difference."""
    z = _sa_diff(y_train, grid["d"], min(grid["D"], 1), grid["m"])
    return _sa_search_in_the_fourteenth(z, grid, _sa_trend_in_the_fourteenth(grid))


def select_arima__wrong_seasonal_at_lag_d(y_train, grid):
    """D seasonal differences as np.diff(n=D * m): the m-th difference."""
    z = np.array(y_train, float)
    z = np.diff(z, n=grid["d"] + grid["D"] * grid["m"])
    return _sa_search_in_the_fourteenth(z, grid, _sa_trend_in_the_fourteenth(grid))


def select_arima__wrong_failed_without_season(y_train, grid):
    """Failed orders hold (p, q, P, Q) alone."""
    order, least, failed = select_arima__right_loops(y_train, grid)
    return order, least, [(o[0], o[2], o[3], o[5]) for o in failed]


def select_arima__wrong_season_after_order(y_train, grid):
    """First the best p and q without a season, then P and Q for these: not the whole grid."""
    z, trend = _sa_z(y_train, grid), _sa_trend_in_the_fourteenth(grid)
    first = _sa_search_in_the_fourteenth(z, grid, trend, skip=lambda p, q, P, Q: P or Q)
    p0, q0 = first[0][0], first[0][2]
    second = _sa_search_in_the_fourteenth(
        z, grid, trend, skip=lambda p, q, P, Q: (p, q) != (p0, q0)
    )
    return second[0], second[1], sorted(set(first[2]) | set(second[2]))


def _fs_hw(logs, alpha, gamma, horizon):
    n = len(logs)
    level = logs[:28].mean(axis=0)
    season = logs[:28].reshape(4, 7, -1).mean(axis=0) - level
    resid = np.zeros_like(logs)
    for t in range(n):
        k = t % 7
        e = logs[t] - level - season[k]
        resid[t] = e
        level = level + alpha * e
        season[k] = season[k] + gamma * (1 - alpha) * e
    return level + season[np.arange(n, n + horizon) % 7], resid


def _fs_holt_winters_in_the_fourteenth(history, horizon):
    logs = np.log(np.asarray(history, float))
    n = len(logs)
    best = None
    for alpha in (0.03, 0.06, 0.1, 0.2, 0.35):
        for gamma in (0.03, 0.08):
            f, resid = _fs_hw(logs, alpha, gamma, horizon)
            score = np.abs(resid[42:]).mean()
            if best is None or score < best[0]:
                best = score, alpha, gamma, f
    _, alpha, gamma, f = best
    misses = [[] for _ in range(4)]
    for o in range(56, n - 7, 7):
        said, _ = _fs_hw(logs[:o], alpha, gamma, 28)
        for w in range(4):
            seen = logs[o + 7 * w : o + 7 * w + 7]
            if len(seen) == 7:
                misses[w].append(np.abs(seen - said[7 * w : 7 * w + 7]))
    out = np.empty((horizon, logs.shape[1], 3))
    for t in range(horizon):
        w = min(t // 7, 3)
        while not misses[w]:
            w -= 1
        r = np.quantile(np.concatenate(misses[w]), 0.8, axis=0)
        out[t] = np.exp(np.stack([f[t], f[t] - r, f[t] + r], axis=-1))
    return out


def _fs_weekday_ratios(history, horizon):
    logs = np.log(np.array(history, dtype=float))
    n, k = logs.shape
    weeks = logs.reshape(n // 7, 7, k)

    def ahead(past, width):
        centre = past - past.mean(axis=1, keepdims=True)
        season = centre[-16:].mean(axis=0)
        flat = (past - season).reshape(-1, k)
        decay = 0.93 ** np.arange(len(flat))[::-1]
        level = (flat * decay[:, None]).sum(axis=0) / decay.sum()
        return np.resize(level + season, (width, 7, k))

    errors = []
    for w in range(8, len(weeks)):
        later = weeks[w : w + 4]
        errors.append((later - ahead(weeks[:w], len(later))).reshape(-1, k))
    low, high = np.quantile(np.concatenate(errors), [0.1, 0.9], axis=0)
    mid = ahead(weeks, -(-horizon // 7)).reshape(-1, k)[:horizon]
    return np.exp(np.stack([mid, mid + low, mid + high], axis=-1))


def forecast_sales__wrong_plain_baseline(history, horizon):
    """The baseline's forecast with the range of four weekdays as the interval: no better than the baseline."""
    last = np.asarray(history, float)[-28:].reshape(4, 7, -1)
    rows = np.arange(horizon) % 7
    return np.stack(
        [last.mean(axis=0)[rows], last.min(axis=0)[rows], last.max(axis=0)[rows]], axis=-1
    )


def forecast_sales__wrong_no_week(history, horizon):
    """The mean of the last four weeks for every day, with quantiles of days: the weekday is lost."""
    last = np.asarray(history, float)[-28:]
    low, high = np.quantile(last, [0.1, 0.9], axis=0)
    return np.repeat(np.stack([last.mean(axis=0), low, high], axis=-1)[None], horizon, axis=0)


def forecast_sales__wrong_in_place_log(history, horizon):
    """np.log(history, out=history): the caller's history becomes logarithms."""
    keep = history.copy()
    np.log(history, out=history)
    return _fs_holt_winters_in_the_fourteenth(keep, horizon)


def forecast_sales__wrong_ends_swapped_in_the_fourteenth(history, horizon):
    """Forecast, upper end, lower end."""
    return _fs_holt_winters_in_the_fourteenth(history, horizon)[:, :, [0, 2, 1]]


def forecast_sales__wrong_low_mid_high(history, horizon):
    """Lower end, forecast, upper end."""
    return _fs_holt_winters_in_the_fourteenth(history, horizon)[:, :, [1, 0, 2]]


def forecast_sales__wrong_ten_times_wide(history, horizon):
    """Intervals four times as wide as needed, to hold every day."""
    out = _fs_holt_winters_in_the_fourteenth(history, horizon)
    centre = np.log(out[:, :, :1])
    return np.exp(centre + np.log(out) * 4 - centre * 4)


def forecast_sales__wrong_error_of_the_mean(history, horizon):
    """The interval is that of the mean of the weekday (divided by the root of n), not of a day."""
    logs = np.log(np.asarray(history, float)).reshape(len(history) // 7, 7, -1)
    mid, half = logs.mean(axis=0), 1.28 * logs.std(axis=0, ddof=1) / np.sqrt(len(logs))
    rows = np.arange(horizon) % 7
    return np.exp(np.stack([mid, mid - half, mid + half], axis=-1)[rows])


def forecast_sales__wrong_logs_given_back(history, horizon):
    """exp is forgotten."""
    return np.log(_fs_holt_winters_in_the_fourteenth(history, horizon))


def forecast_sales__wrong_transposed(history, horizon):
    """Series first, days second."""
    return _fs_holt_winters_in_the_fourteenth(history, horizon).transpose(1, 0, 2)


def forecast_sales__wrong_one_day_late(history, horizon):
    """The season begins with the second weekday: each forecast is of the next day."""
    return np.roll(_fs_weekday_ratios(history, 28), -1, axis=0)[:horizon]


TRUE = {
    "select_arima__wrong_first_order_then_season": ("one_order_at_a_time",),
    "break_backtest__wrong_straight_line": ("straight_line",),
    "break_backtest__wrong_constant": ("straight_line",),
    "break_backtest__wrong_p_is_one": ("windows_of_one_day",),
    "break_backtest__wrong_one_test_row": ("errors_of_one_sign",),
    "break_backtest__wrong_too_few_side_by_side": ("nothing_to_train_on",),
    "break_backtest__wrong_too_large_values": ("days_out_of_range",),
    "break_backtest__wrong_too_long": ("too_many_days",),
    "break_backtest__wrong_jump_at_the_end": ("errors_of_one_sign",),
    "break_backtest__wrong_six_days": ("nothing_to_train_on",),
    "break_backtest__wrong_floats": ("days_out_of_range",),
    "mase__wrong_narrow_integers": ("narrow_types_wrap",),
    "mase__wrong_lag_one": ("scale_of_one_day",),
    "mase__wrong_diff_n": ("differences_m_times",),
    "mase__wrong_zero_scale_inf": ("infinite_without_scale",),
    "mase__wrong_zero_scale_zero": ("zero_for_no_scale",),
    "mase__wrong_scale_of_test": ("scale_of_test_by_season",),
    "mase__wrong_roll": ("days_in_a_circle",),
    "mase__wrong_squared": ("root_of_squares",),
    "mase__wrong_divided_by_all_days": ("scale_over_all_days",),
    "mase__wrong_signs_cancel": ("signs_kept",),
    "mase__wrong_sum_over_horizon": ("errors_added_up",),
    "mase__wrong_short_raises": ("error_where_nothing_is_defined",),
    "kill_mase__wrong_m_one_only": ("seasons_of_one_day",),
    "kill_mase__wrong_demands_exception": ("rejects_everything",),
    "kill_mase__wrong_nan_by_equality": ("rejects_everything",),
    "kill_mase__wrong_equal_errors": ("errors_all_alike",),
    "kill_mase__wrong_no_missing_scale": ("no_undefined_case",),
    "kill_mase__wrong_properties_only": ("accepts_everything",),
    "kill_mase__wrong_nan_is": ("rejects_everything",),
    "ar_forecast__wrong_no_intercept": ("no_intercept",),
    "ar_forecast__wrong_lags_reversed": ("weights_turned_round",),
    "ar_forecast__wrong_integer_days": ("forecasts_cut_off",),
    "ar_forecast__wrong_first_day_repeated": ("first_step_repeated",),
    "ar_forecast__wrong_last_row_missing": ("last_day_left_out",),
    "ar_forecast__wrong_demeaned": ("mean_taken_away",),
    "ar_forecast__wrong_maximum_likelihood": ("another_estimate",),
    "ar_forecast__wrong_direct": ("model_for_each_day",),
    "ar_forecast__wrong_mean_for_coming_days": ("mean_for_coming_days",),
    "ar_forecast__wrong_only_lag_p": ("one_of_the_days",),
    "ar_forecast__wrong_starts_a_day_early": ("a_day_early",),
    "holt_winters__wrong_new_level": ("season_from_new_level",),
    "holt_winters__wrong_new_season": ("level_from_new_season",),
    "holt_winters__wrong_season_from_zero": ("season_starts_at_zero",),
    "holt_winters__wrong_place_zero": ("season_starts_again",),
    "holt_winters__wrong_swapped": ("weights_in_each_others_place",),
    "holt_winters__wrong_integer_season": ("season_cut_off",),
    "holt_winters__wrong_mutates": ("first_days_overwritten",),
    "holt_winters__wrong_level_without_season": ("level_keeps_its_season",),
    "holt_winters__wrong_step_late": ("season_off_by_a_day",),
    "rolling_origin__wrong_last_origin_missing": ("last_origin_missing",),
    "rolling_origin__wrong_one_origin_too_many": ("incomplete_origin_kept",),
    "rolling_origin__wrong_fixed_window": ("sliding_window",),
    "rolling_origin__wrong_includes_origin": ("first_target_shown",),
    "rolling_origin__wrong_whole_series": ("whole_series_shown",),
    "rolling_origin__wrong_narrow_integers": ("errors_wrap_around",),
    "rolling_origin__wrong_steps_of_h": ("step_ignored",),
    "rolling_origin__wrong_training_frozen": ("fitted_once",),
    "rolling_origin__wrong_last_day_only": ("first_day_alone",),
    "rolling_origin__wrong_signed": ("errors_with_their_signs",),
    "rolling_origin__wrong_errors_only": ("origins_not_told",),
    "rolling_origin__wrong_needs_array": ("forecast_is_an_array",),
    "back_transform__wrong_exp_only": ("always_the_median",),
    "back_transform__wrong_sd_not_variance": ("deviation_for_variance",),
    "back_transform__wrong_variance_not_halved": ("variance_not_halved",),
    "back_transform__wrong_losses_exchanged": ("losses_exchanged",),
    "back_transform__wrong_one_minus_q": ("quantile_turned_round",),
    "back_transform__wrong_ppf_scale_zero": ("nan_without_spread",),
    "back_transform__wrong_lognorm": ("nan_without_spread",),
    "back_transform__wrong_mean_sd": ("mean_spread_for_all",),
    "back_transform__wrong_symmetric_sales": ("quantile_of_sales_by_share",),
    "back_transform__wrong_mutates": ("mu_overwritten",),
    "back_transform__wrong_quantile_of_mean": ("quantile_around_the_mean",),
    "holiday_columns__wrong_counts": ("overlaps_added_up",),
    "holiday_columns__wrong_columns_reversed": ("before_and_after_turned",),
    "holiday_columns__wrong_drops_outside": ("only_holidays_in_days",),
    "holiday_columns__wrong_shift_rows": ("rows_moved",),
    "holiday_columns__wrong_nearest_holiday": ("nearest_holiday_only",),
    "holiday_columns__wrong_position_as_day": ("row_for_day_number",),
    "holiday_columns__wrong_no_day_itself": ("column_missing",),
    "holiday_columns__wrong_one_window": ("all_columns_alike",),
    "holiday_columns__wrong_none_fails": ("error_without_holidays",),
    "holiday_columns__wrong_transposed": ("rows_and_columns_exchanged",),
    "holiday_columns__wrong_first_match_only": ("nearest_holiday_only",),
    "select_arima__wrong_aic": ("aic_for_aicc",),
    "select_arima__wrong_bic": ("bic_for_aicc",),
    "select_arima__wrong_exclusive_range": ("largest_orders_left_out",),
    "select_arima__wrong_always_constant": ("constant_always",),
    "select_arima__wrong_never_constant": ("constant_never",),
    "select_arima__wrong_constant_unless_d": ("constant_after_a_difference",),
    "select_arima__wrong_first_failure_ends": (
        "search_ends_with_an_error",
        "infinite_ones_not_listed",
    ),
    "select_arima__wrong_infinite_not_failed": ("infinite_ones_not_listed",),
    "select_arima__wrong_diff_m_times": ("season_differenced_at_lag_one",),
    "select_arima__wrong_order_without_d": ("differences_not_told",),
    "select_arima__wrong_narrow_integers": ("differences_wrap_around",),
    "select_arima__wrong_one_seasonal_only": ("without_season",),
    "forecast_sales__wrong_flat_mean": ("one_level_for_all_days",),
    "forecast_sales__wrong_last_week": ("last_week_again",),
    "forecast_sales__wrong_no_interval": ("interval_of_no_width",),
    "forecast_sales__wrong_confidence_of_mean": ("interval_of_a_mean",),
    "forecast_sales__wrong_first_axis_three": ("columns_and_days_swapped",),
    "forecast_sales__wrong_whole_weeks": ("interval_of_all_weekdays",),
    "break_backtest__wrong_p_one": ("windows_of_one_day",),
    "break_backtest__wrong_straight_line_again": ("straight_line",),
    "break_backtest__wrong_one_test_row_again": ("errors_of_one_sign",),
    "break_backtest__wrong_too_large_values_again": ("days_out_of_range",),
    "mase__wrong_narrow_integers_again": ("narrow_types_wrap",),
    "mase__wrong_scale_from_test": ("scale_of_test_by_season",),
    "mase__wrong_lag_one_again": ("scale_of_one_day",),
    "mase__wrong_infinite_scale": ("infinite_without_scale",),
    "mase__wrong_divides_by_n": ("scale_over_all_days",),
    "mase__wrong_short_raises_again": ("error_where_nothing_is_defined",),
    "mase__wrong_root_mean_square": ("root_of_squares",),
    "kill_mase__wrong_compares_nan": ("rejects_everything",),
    "kill_mase__wrong_demands_exception_again": ("rejects_everything",),
    "ar_forecast__wrong_lags_reversed_again": ("weights_turned_round",),
    "ar_forecast__wrong_no_intercept_again": ("no_intercept",),
    "ar_forecast__wrong_mean_removed": ("mean_taken_away",),
    "ar_forecast__wrong_last_row_dropped": ("last_day_left_out",),
    "ar_forecast__wrong_last_day_repeated": ("last_day_for_later_ones",),
    "ar_forecast__wrong_arima": ("another_estimate",),
    "ar_forecast__wrong_integers_kept": ("forecasts_cut_off",),
    "holt_winters__wrong_new_level_again": ("season_from_new_level",),
    "holt_winters__wrong_season_from_zero_again": ("season_starts_again",),
    "holt_winters__wrong_alpha_gamma_swapped": ("weights_in_each_others_place",),
    "holt_winters__wrong_gamma_ignored": ("season_never_changes",),
    "holt_winters__wrong_one_day_late": ("season_off_by_a_day",),
    "holt_winters__wrong_new_day_alone": ("level_keeps_its_season",),
    "holt_winters__wrong_integer_season_again": ("season_cut_off",),
    "rolling_origin__wrong_last_origin_lost": ("last_origin_missing",),
    "rolling_origin__wrong_knows_the_origin": ("first_target_shown",),
    "rolling_origin__wrong_fixed_window_again": ("sliding_window",),
    "rolling_origin__wrong_fitted_once": ("fitted_once",),
    "rolling_origin__wrong_step_is_h": ("step_ignored",),
    "rolling_origin__wrong_signs": ("errors_with_their_signs",),
    "rolling_origin__wrong_incomplete_origins": ("incomplete_origin_kept",),
    "back_transform__wrong_mean_and_median_swapped": ("losses_exchanged",),
    "back_transform__wrong_full_variance": ("variance_not_halved",),
    "back_transform__wrong_sd_for_variance": ("deviation_for_variance",),
    "back_transform__wrong_quantile_mirrored": ("quantile_turned_round",),
    "back_transform__wrong_mean_sd_again": ("mean_spread_for_all",),
    "back_transform__wrong_lognorm_zero_sd": ("nan_without_spread",),
    "holiday_columns__wrong_twice_counts": ("overlaps_added_up",),
    "holiday_columns__wrong_mirrored": ("before_and_after_turned",),
    "holiday_columns__wrong_outside_dropped": ("only_holidays_in_days",),
    "holiday_columns__wrong_positions": ("rows_moved",),
    "holiday_columns__wrong_nearest_only": ("nearest_holiday_only",),
    "holiday_columns__wrong_no_after": ("column_missing",),
    "select_arima__wrong_aic_again": ("aic_for_aicc",),
    "select_arima__wrong_always_constant_again": ("constant_always",),
    "select_arima__wrong_never_constant_again": ("constant_never",),
    "select_arima__wrong_grid_without_end": ("largest_orders_left_out",),
    "select_arima__wrong_highest": ("largest_aicc",),
    "select_arima__wrong_failure_ends": ("search_ends_with_an_error",),
    "break_backtest__wrong_signs_mixed_in_training": ("errors_of_one_sign",),
    "mase__wrong_order_of_difference": ("differences_m_times",),
    "mase__wrong_scale_of_all_days": ("scale_of_all_days",),
    "kill_mase__wrong_same_nan": ("rejects_everything",),
    "kill_mase__wrong_always_a_scale": ("no_undefined_case",),
    "kill_mase__wrong_one_difference": ("errors_all_alike",),
    "kill_mase__wrong_exceptions_pass": ("no_undefined_case",),
    "ar_forecast__wrong_direct_once_more": ("model_for_each_day",),
    "ar_forecast__wrong_last_day_not_learnt": ("last_day_left_out",),
    "ar_forecast__wrong_no_sales_below_zero": ("nothing_below_zero",),
    "holt_winters__wrong_weights_swapped": ("weights_in_each_others_place",),
    "holt_winters__wrong_view_of_days": ("first_days_overwritten",),
    "rolling_origin__wrong_last_block_shorter": ("incomplete_origin_kept",),
    "rolling_origin__wrong_method_of_array": ("forecast_is_an_array",),
    "rolling_origin__wrong_window_of_history": ("sliding_window",),
    "back_transform__wrong_lognorm_quantile": ("nan_without_spread",),
    "back_transform__wrong_in_place": ("mu_overwritten",),
    "holiday_columns__wrong_repeats_side_by_side": ("overlaps_added_up",),
    "holiday_columns__wrong_no_holiday": ("error_without_holidays",),
    "holiday_columns__wrong_nearest": ("nearest_holiday_only",),
    "break_backtest__wrong_n_test_of_one": ("errors_of_one_sign",),
    "break_backtest__wrong_rows_with_p_of_one": ("windows_of_one_day",),
    "mase__wrong_difference_of_order_m": ("differences_m_times",),
    "mase__wrong_last_two_seasons": ("scale_of_last_season",),
    "kill_mase__wrong_nan_by_identity": ("rejects_everything",),
    "kill_mase__wrong_nan_passes_everywhere": ("no_undefined_case",),
    "kill_mase__wrong_seasons_of_one_day": ("seasons_of_one_day",),
    "kill_mase__wrong_equal_counts": ("no_undefined_case",),
    "ar_forecast__wrong_direct_regressions": ("model_for_each_day",),
    "ar_forecast__wrong_buffer_of_y_dtype": ("forecasts_cut_off",),
    "ar_forecast__wrong_last_target_left_out": ("last_day_left_out",),
    "ar_forecast__wrong_sales_not_below_zero": ("nothing_below_zero",),
    "holt_winters__wrong_season_is_a_view": ("first_days_overwritten",),
    "rolling_origin__wrong_only_h_days_before": ("sliding_window",),
    "rolling_origin__wrong_arrays_narrow": ("errors_wrap_around",),
    "back_transform__wrong_lognorm_without_spread": ("nan_without_spread",),
    "back_transform__wrong_shifts_mu_in_place": ("mu_overwritten",),
    "holiday_columns__wrong_nearest_holiday_only": ("nearest_holiday_only",),
    "select_arima__wrong_constant_unless_d_once_more": ("constant_after_a_difference",),
    "select_arima__wrong_isnan_only": ("infinite_ones_not_listed",),
    "select_arima__wrong_seasonal_difference_of_order_m": ("season_differenced_at_lag_one",),
    "select_arima__wrong_only_linear_algebra_errors": ("search_ends_with_an_error",),
    "break_backtest__wrong_p_is_one_in_the_twelfth": ("windows_of_one_day",),
    "break_backtest__wrong_one_test_row_in_the_twelfth": ("errors_of_one_sign",),
    "break_backtest__wrong_twenty_one_days_in_the_twelfth": ("too_many_days",),
    "break_backtest__wrong_p_and_n_test_swapped": ("nothing_to_train_on",),
    "break_backtest__wrong_float_days": ("days_out_of_range",),
    "mase__wrong_lag_one_in_the_twelfth": ("scale_of_one_day",),
    "mase__wrong_narrow_forecasts": ("narrow_types_wrap",),
    "mase__wrong_narrow_train": ("narrow_types_wrap",),
    "mase__wrong_infinite": ("infinite_without_scale",),
    "mase__wrong_roll_in_the_twelfth": ("days_in_a_circle",),
    "mase__wrong_all_days_in_denominator": ("scale_over_all_days",),
    "mase__wrong_short_train_crashes": ("error_where_nothing_is_defined",),
    "kill_mase__wrong_nan_passes": ("no_undefined_case",),
    "kill_mase__wrong_nan_equality": ("rejects_everything",),
    "kill_mase__wrong_is_nan": ("rejects_everything",),
    "kill_mase__wrong_two_seasons_expected": ("rejects_everything",),
    "kill_mase__wrong_no_corner_cases": ("no_undefined_case",),
    "ar_forecast__wrong_weights_reversed": ("weights_turned_round",),
    "ar_forecast__wrong_no_intercept_in_the_twelfth": ("no_intercept",),
    "ar_forecast__wrong_mean_taken_off": ("mean_taken_away",),
    "ar_forecast__wrong_yule_walker": ("another_estimate",),
    "ar_forecast__wrong_first_row_lost": ("first_row_left_out",),
    "ar_forecast__wrong_last_row_lost": ("last_day_left_out",),
    "ar_forecast__wrong_integer_buffer": ("forecasts_cut_off",),
    "ar_forecast__wrong_one_step_repeated": ("first_step_repeated",),
    "ar_forecast__wrong_direct_in_the_twelfth": ("model_for_each_day",),
    "ar_forecast__wrong_not_below_zero": ("nothing_below_zero",),
    "holt_winters__wrong_new_level_in_the_twelfth": ("season_from_new_level",),
    "holt_winters__wrong_new_season_in_level": ("level_from_new_season",),
    "holt_winters__wrong_phase_from_zero": ("season_starts_again",),
    "holt_winters__wrong_view_of_y": ("first_days_overwritten",),
    "holt_winters__wrong_gamma_scaled": ("season_from_new_level",),
    "holt_winters__wrong_last_m_days": ("season_off_by_a_day",),
    "rolling_origin__wrong_last_origin_lost_in_the_twelfth": ("last_origin_missing",),
    "rolling_origin__wrong_short_last_window": ("incomplete_origin_kept",),
    "rolling_origin__wrong_narrow_in_the_twelfth": ("errors_wrap_around",),
    "rolling_origin__wrong_sliding_history": ("sliding_window",),
    "rolling_origin__wrong_knows_the_origin_in_the_twelfth": ("first_target_shown",),
    "rolling_origin__wrong_list_forecast": ("forecast_is_an_array",),
    "rolling_origin__wrong_last_day_of_horizon": ("first_day_alone",),
    "rolling_origin__wrong_errors_cancel": ("errors_with_their_signs",),
    "rolling_origin__wrong_root_mean_square": ("errors_squared",),
    "rolling_origin__wrong_step_is_horizon": ("step_ignored",),
    "back_transform__wrong_scipy_lognorm": ("nan_without_spread",),
    "back_transform__wrong_norm_scale_zero": ("nan_without_spread",),
    "back_transform__wrong_quantile_of_other_side": ("quantile_turned_round",),
    "back_transform__wrong_sd_not_squared": ("deviation_for_variance",),
    "back_transform__wrong_pooled_sd": ("mean_spread_for_all",),
    "back_transform__wrong_quantile_about_mean": ("quantile_of_sales_by_share",),
    "back_transform__wrong_mean_then_quantile": ("quantile_around_the_mean",),
    "back_transform__wrong_mu_in_place": ("mu_overwritten",),
    "holiday_columns__wrong_counts_in_the_twelfth": ("overlaps_added_up",),
    "holiday_columns__wrong_outside_dropped_in_the_twelfth": ("only_holidays_in_days",),
    "holiday_columns__wrong_position_for_number": ("rows_moved",),
    "holiday_columns__wrong_nearest_only_in_the_twelfth": ("nearest_holiday_only",),
    "holiday_columns__wrong_no_holidays": ("error_without_holidays",),
    "holiday_columns__wrong_last_holiday_wins": ("nearest_holiday_only",),
    "select_arima__wrong_aic_in_the_twelfth": ("aic_for_aicc",),
    "select_arima__wrong_bic_in_the_twelfth": ("bic_for_aicc",),
    "select_arima__wrong_largest_left_out": ("largest_orders_left_out",),
    "select_arima__wrong_narrow_differences": ("differences_wrap_around",),
    "select_arima__wrong_seasonal_diff_n": ("season_differenced_at_lag_one",),
    "select_arima__wrong_constant_unless_d_in_the_twelfth": ("constant_after_a_difference",),
    "select_arima__wrong_default_trend": ("constant_always",),
    "select_arima__wrong_never_a_constant": ("constant_never",),
    "select_arima__wrong_linalg_errors_only": ("search_ends_with_an_error",),
    "select_arima__wrong_infinite_not_reported": ("infinite_ones_not_listed",),
    "select_arima__wrong_zero_differences_written": ("differences_not_told",),
    "select_arima__wrong_one_at_a_time": ("one_order_at_a_time",),
    "holiday_columns__wrong_range_of_days": ("only_holidays_in_days",),
    "break_backtest__wrong_p_of_one": ("windows_of_one_day",),
    "break_backtest__wrong_one_test_row_in_the_fourteenth": ("errors_of_one_sign",),
    "break_backtest__wrong_rising_line": ("straight_line",),
    "break_backtest__wrong_too_long_in_the_fourteenth": ("too_many_days",),
    "break_backtest__wrong_training_row_forgotten": ("nothing_to_train_on",),
    "mase__wrong_narrow_train_in_the_fourteenth": ("narrow_types_wrap",),
    "mase__wrong_narrow_test": ("narrow_types_wrap",),
    "mase__wrong_inf_at_zero_scale": ("infinite_without_scale",),
    "mase__wrong_divided_by_all_days_in_the_fourteenth": ("scale_over_all_days",),
    "mase__wrong_lag_one_in_the_fourteenth": ("scale_of_one_day",),
    "mase__wrong_mth_difference": ("differences_m_times",),
    "mase__wrong_scale_from_test_in_the_fourteenth": ("scale_of_all_days",),
    "kill_mase__wrong_equal_to_nan": ("rejects_everything",),
    "kill_mase__wrong_inf_expected": ("rejects_everything",),
    "kill_mase__wrong_swallows_exceptions": ("no_undefined_case",),
    "kill_mase__wrong_no_missing_scale_in_the_fourteenth": ("no_undefined_case",),
    "ar_forecast__wrong_order_of_weights": ("weights_turned_round",),
    "ar_forecast__wrong_integer_buffer_in_the_fourteenth": ("forecasts_cut_off",),
    "ar_forecast__wrong_last_row_dropped_in_the_fourteenth": ("last_day_left_out",),
    "ar_forecast__wrong_demeaned_no_intercept": ("mean_taken_away",),
    "ar_forecast__wrong_not_below_zero_in_the_fourteenth": ("nothing_below_zero",),
    "ar_forecast__wrong_yule_walker_in_the_fourteenth": ("another_estimate",),
    "ar_forecast__wrong_lag_p_only": ("one_of_the_days",),
    "holt_winters__wrong_new_level_in_the_fourteenth": ("season_from_new_level",),
    "holt_winters__wrong_alpha_gamma_swapped_in_the_fourteenth": ("weights_in_each_others_place",),
    "holt_winters__wrong_starts_at_place_zero": ("season_starts_again",),
    "holt_winters__wrong_writes_into_y": ("first_days_overwritten",),
    "holt_winters__wrong_season_first": ("level_from_new_season",),
    "rolling_origin__wrong_partial_blocks": ("incomplete_origin_kept",),
    "rolling_origin__wrong_unsigned": ("errors_wrap_around",),
    "rolling_origin__wrong_sliding_window": ("sliding_window",),
    "rolling_origin__wrong_last_origin_missing_in_the_fourteenth": ("last_origin_missing",),
    "rolling_origin__wrong_rmse": ("errors_squared",),
    "rolling_origin__wrong_signed_mean": ("errors_with_their_signs",),
    "rolling_origin__wrong_step_counts_days_judged": ("step_ignored",),
    "back_transform__wrong_lognorm_of_zero": ("nan_without_spread",),
    "back_transform__wrong_writes_into_mu": ("mu_overwritten",),
    "back_transform__wrong_sd_without_square": ("deviation_for_variance",),
    "back_transform__wrong_mean_for_absolute_in_the_fourteenth": ("losses_exchanged",),
    "back_transform__wrong_other_side": ("quantile_turned_round",),
    "back_transform__wrong_quantile_around_mean": ("quantile_around_the_mean",),
    "holiday_columns__wrong_by_position": ("rows_moved",),
    "holiday_columns__wrong_counts_in_the_fourteenth": ("overlaps_added_up",),
    "holiday_columns__wrong_outside_dropped_in_the_fourteenth": ("only_holidays_in_days",),
    "holiday_columns__wrong_nearest_only_in_the_fourteenth": ("nearest_holiday_only",),
    "holiday_columns__wrong_no_holidays_in_the_fourteenth": ("error_without_holidays",),
    "holiday_columns__wrong_mirrored_in_the_fourteenth": ("before_and_after_turned",),
    "select_arima__wrong_narrow_differences_in_the_fourteenth": ("differences_wrap_around",),
    "select_arima__wrong_always_constant_in_the_fourteenth": ("constant_always",),
    "select_arima__wrong_constant_unless_d_in_the_fourteenth": ("constant_after_a_difference",),
    "select_arima__wrong_aic_in_the_fourteenth": ("aic_for_aicc",),
    "select_arima__wrong_nan_wins": ("infinite_ones_not_listed",),
    "select_arima__wrong_infinite_not_failed_in_the_fourteenth": ("infinite_ones_not_listed",),
    "select_arima__wrong_zero_differences_in_order": ("differences_not_told",),
    "select_arima__wrong_seasonal_at_lag_d": ("season_differenced_at_lag_one",),
    "select_arima__wrong_season_after_order": ("one_order_at_a_time",),
    "forecast_sales__wrong_no_week": ("one_level_for_all_days",),
}
