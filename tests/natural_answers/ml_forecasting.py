import bisect
import heapq
import itertools
import math
import random
import statistics
import warnings
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats
from sklearn.base import clone
from sklearn.metrics import mean_pinball_loss
from sklearn.preprocessing import StandardScaler


# ---------------------------------------------------------------- 6.1 break_blend


def _mean(values):
    return Fraction(sum(int(v) for v in values), len(values))


def _blend_days(y, window, h, origin, days, defect, block):
    """Pairs of (last day, mean) for the given days, seen from origin."""
    out = []
    for t in days:
        if defect == "window_ends_at_target":
            mean = _mean(y[t - window + 1 : t + 1])
        elif defect == "window_moves_on":
            mean = _mean(y[t - window : t])
        elif defect == "shuffled_validation" and block == "validation":
            mean = _mean(list(y[origin - window : origin]) + list(y[len(y) - h :]))
        else:
            mean = _mean(y[origin - window : origin])
        out.append((y[origin - 1], mean))
    return out


def _blend_error(pairs, truth, w):
    return sum(abs(w * m + (1 - w) * last - t) for (last, m), t in zip(pairs, truth)) / len(truth)


def _backtest_blend(y, window, h, defect=None):
    y = [int(v) for v in y]
    n = len(y)
    test, val = range(n - h, n), range(n - 2 * h, n - h)
    o_test, o_val = n - h, n - 2 * h
    if defect == "stale_origin":
        o_test = o_val
    seen_val = _blend_days(y, window, h, o_val, val, defect, "validation")
    seen_test = _blend_days(y, window, h, o_test, test, defect, "test")
    truth_val, truth_test = [y[t] for t in val], [y[t] for t in test]
    grid = [Fraction(k, 4) for k in range(5)]
    chooser = (seen_test, truth_test) if defect == "weight_from_test" else (seen_val, truth_val)
    w = min(grid, key=lambda w: (_blend_error(*chooser, w), w))
    if defect == "validation_reported":
        return _blend_error(seen_val, truth_val, w)
    return _blend_error(seen_test, truth_test, w)


def break_blend__right_search(defect):
    rng = np.random.default_rng(0)
    while True:
        y = [int(v) for v in rng.integers(0, 100, 12)]
        if abs(_backtest_blend(y, 3, 2, defect) - _backtest_blend(y, 3, 2)) > 1:
            return y, 3, 2


def break_blend__right_search_for_all(defect):
    rng = np.random.default_rng(1)
    names = [
        "window_ends_at_target",
        "window_moves_on",
        "weight_from_test",
        "shuffled_validation",
        "stale_origin",
        "validation_reported",
    ]
    while True:
        y = rng.integers(0, 100, 16).tolist()
        right = _backtest_blend(y, 4, 3)
        if all(abs(_backtest_blend(y, 4, 3, d) - right) > 2 for d in names):
            return y, 4, 3


def break_blend__right_short_blocks(defect):
    for y in itertools.product((0, 10, 50, 90), repeat=6):
        if abs(_backtest_blend(y, 2, 2, defect) - _backtest_blend(y, 2, 2)) >= 1:
            return list(y), 2, 2


def break_blend__wrong_constant(defect):
    """A constant series: both forecasts are right on every day and every back-test has the error 0."""
    return [20] * 12, 3, 2


def break_blend__wrong_window_one(defect):
    """With a window of 1 the mean is the last day, so the weight makes no difference and a weight from the test or from a shuffled validation cannot be seen."""
    return [3, 40, 8, 66, 12, 30, 5, 62, 20, 7, 55, 9], 1, 2


def break_blend__wrong_straight_line(defect):
    """A straight line: the last day is the better forecast in both blocks and the errors of both are equal, so several defects change nothing."""
    return list(range(10, 22)), 3, 2


def break_blend__wrong_one_day_blocks(defect):
    """With blocks of one day the window that moves on is the window before the origin, so that defect cannot be seen."""
    return [3, 40, 8, 66, 12, 30, 5, 62, 20, 7, 55, 9], 3, 1


def break_blend__wrong_alternating(defect):
    """A series with a period of 2 and blocks of 2: validation and test are alike, so a wrong block chooses the same weight."""
    return [10, 30] * 6, 2, 2


def break_blend__wrong_too_short(defect):
    """Five days are fewer than window + 2 h = 7, so the mean before validation has days missing."""
    return [5, 60, 10, 90, 20], 3, 2


def break_blend__wrong_too_long(defect):
    """40 days are more than the 20 that are allowed."""
    return np.random.default_rng(0).integers(0, 100, 40).tolist(), 3, 2


def break_blend__wrong_same_weight(defect):
    """A level that rises and never returns: the weight of 0 is best in validation and in test, so choosing on the test changes nothing."""
    return [10, 20, 30, 40, 50, 55, 60, 70, 75, 85, 90, 99], 3, 2


def break_blend__wrong_weekly(defect):
    """Two equal weeks: whole weeks repeat, so the stale origin and the reported validation give the same error."""
    return [5, 20, 30, 10, 60, 90, 40] * 2 + [5, 20, 30, 10, 60, 90], 6, 7


def break_blend__wrong_large_values(defect):
    """Sales of several hundred are outside 0 to 99."""
    return [300, 400, 800, 660, 120, 300, 500, 620, 200, 700, 550, 900], 3, 2


# ---------------------------------------------------------------- 6.2 origin_features


def origin_features__right_cut_first(y, o, h):
    past = np.asarray(y[:o], dtype=float)
    weekday = (o + h - 1) % 7
    same = past[weekday::7][-1]
    return np.concatenate([past[-1:-8:-1], [same, past[-28:].mean()], np.eye(7)[weekday]])


def origin_features__right_ceil(y, o, h):
    target = o + h - 1
    seen = target - 7 * math.ceil(h / 7)
    out = [float(y[o - k]) for k in range(1, 8)]
    out += [float(y[seen]), sum(float(v) for v in y[o - 28 : o]) / 28]
    out += [1.0 if d == target % 7 else 0.0 for d in range(7)]
    return np.array(out)


def origin_features__right_walk_back(y, o, h):
    x = np.zeros(16)
    x[:7] = y[o - 7 : o][::-1]
    t = o + h - 1
    x[9 + t % 7] = 1
    while t >= o:
        t -= 7
    x[7] = y[t]
    x[8] = np.mean(y[o - 28 : o], dtype=float)
    return x


def origin_features__right_last_week(y, o, h):
    s = pd.Series(np.array(y)[:o]).astype(float)
    week = s.iloc[-7:].to_numpy()
    dummy = pd.get_dummies(pd.Categorical([(o + h - 1) % 7], categories=range(7))).to_numpy(
        dtype=float
    )[0]
    return np.r_[week[::-1], week[(h - 1) % 7], s.rolling(28).mean().iloc[-1], dummy]


def _of(y, o, h, *, lags=None, seen=None, mean=None, weekday=None):
    past = np.asarray(y[:o], dtype=float)
    lags = past[-7:][::-1] if lags is None else lags
    seen = past[o + h - 1 - 7 * math.ceil(h / 7)] if seen is None else seen
    mean = past[-28:].mean() if mean is None else mean
    weekday = (o + h - 1) % 7 if weekday is None else weekday
    return np.concatenate([lags, [seen, mean], np.eye(7)[weekday]])


def origin_features__wrong_lag_seven_of_target(y, o, h):
    """Takes the day 7 before the target, which has not come if the target is more than a week ahead (a leak, or an error at the end of y)."""
    return _of(y, o, h, seen=float(y[o + h - 1 - 7]))


def origin_features__wrong_h_floor(y, o, h):
    """Goes back h // 7 + 1 weeks, one too many where h is a multiple of 7."""
    return _of(y, o, h, seen=float(y[o + h - 1 - 7 * (h // 7 + 1)]))


def origin_features__wrong_two_weeks_at_most(y, o, h):
    """Goes back one week, or two if that is not known; more than two weeks ahead this is still the future."""
    t = o + h - 1
    return _of(y, o, h, seen=float(y[t - 7] if t - 7 < o else y[t - 14]))


def origin_features__wrong_weekday_of_origin(y, o, h):
    """The weekday is that of the origin, not of the target (agrees for h = 1, 8, 15, ...)."""
    return _of(y, o, h, weekday=o % 7)


def origin_features__wrong_weekday_plus_h(y, o, h):
    """The target is taken for day o + h, one day too late, in the weekday and in the known day of it."""
    past = np.asarray(y[:o], float)
    return _of(y, o, h, weekday=(o + h) % 7, seen=past[(o + h) % 7 :: 7][-1])


def origin_features__wrong_oldest_first(y, o, h):
    """The seven days stand with the oldest first; the latest should be first."""
    return _of(y, o, h, lags=np.asarray(y[o - 7 : o], float))


def origin_features__wrong_mean_from_the_end(y, o, h):
    """The mean is of the last 28 days of y, not of those before the origin (agrees if y ends at the origin)."""
    return _of(y, o, h, mean=np.asarray(y[-28:], float).mean())


def origin_features__wrong_mean_includes_origin(y, o, h):
    """The 28 days end with the origin itself, which is not known."""
    return _of(y, o, h, mean=np.asarray(y[o - 27 : o + 1], float).mean())


def origin_features__wrong_mean_of_all(y, o, h):
    """The mean is of all days before the origin, not of 28 (agrees for an origin of 28)."""
    return _of(y, o, h, mean=np.asarray(y[:o], float).mean())


def origin_features__wrong_lags_from_the_end(y, o, h):
    """Takes the last seven days of y without cutting it at the origin (agrees if y ends there)."""
    return _of(y, o, h, lags=np.asarray(y, float)[-7:][::-1])


def origin_features__wrong_integer_array(y, o, h):
    """Writes into an array of y's type: with integers the mean loses its fraction and the result is not of floats."""
    x = np.zeros(16, dtype=np.asarray(y).dtype)
    x[:] = _of(y, o, h).astype(x.dtype)
    return x


def origin_features__wrong_lags_of_target(y, o, h):
    """The seven days are those before the target, so for h above 1 some have not come yet."""
    t = o + h - 1
    return _of(y, o, h, lags=np.asarray(y[t - 7 : t], float)[::-1])


# ---------------------------------------------------------------- 6.3 kill_features


def _reference(y, o, h):
    t = o + h - 1
    seen = max(d for d in range(o) if d % 7 == t % 7)
    return (
        [float(y[o - k]) for k in range(1, 8)]
        + [float(y[seen]), sum(map(float, y[o - 28 : o])) / 28]
        + [float(d == t % 7) for d in range(7)]
    )


def kill_features__right_random(fn):
    rng = np.random.default_rng(11)
    for h in (1, 2, 3, 6, 7, 8, 9, 13, 14, 15, 16, 21, 22, 30):
        for o, more in ((28, 0), (31, 5), (47, 40)):
            y = rng.normal(50, 20, o + more)
            got = np.asarray(fn(y.copy(), o, h), dtype=float)
            if got.shape != (16,) or not np.allclose(got, _reference(y, o, h)):
                return False
            z = rng.integers(0, 255, o + more).astype(np.uint8)
            if not np.allclose(fn(z.copy(), o, h), _reference(z, o, h)):
                return False
    return True


def kill_features__right_future_is_nan(fn):
    days = np.arange(60.0) ** 2 % 37 + np.arange(60)
    for o in (28, 33, 40):
        for h in (1, 3, 7, 8, 9, 14, 16, 23):
            y = days.copy()
            y[o:] = np.nan
            before = y.copy()
            for given in (y, y[:o]):
                try:
                    got = fn(given, o, h)
                except Exception:
                    return False
                if np.shape(got) != (16,) or not np.allclose(got, _reference(days, o, h)):
                    return False
            if not np.array_equal(y, before, equal_nan=True):
                return False
    ints = (np.arange(50) * 37 % 251).astype(np.uint8)
    got = np.asarray(fn(ints, 45, 10))
    return bool(got.dtype.kind == "f" and np.allclose(got, _reference(ints, 45, 10)))


def kill_features__right_by_hand(fn):
    y = np.array(
        [
            3,
            1,
            4,
            1,
            5,
            9,
            2,
            6,
            5,
            3,
            5,
            8,
            9,
            7,
            9,
            3,
            2,
            3,
            8,
            4,
            6,
            2,
            6,
            4,
            3,
            3,
            8,
            3,
            2,
            7,
            9,
            5,
            0,
            2,
            8,
            8,
            4,
            1,
            9,
            7,
        ],
        float,
    )
    # origin 31: days 30 to 24 are 9 7 2 3 8 3 3; days 3 to 30 sum to 142
    head, mean = [9, 7, 2, 3, 8, 3, 3], y[3:31].sum() / 28
    day_of = {
        1: (24, 3),
        3: (26, 5),
        9: (25, 4),
        16: (25, 4),
        7: (30, 2),
        8: (24, 3),
        14: (30, 2),
        2: (25, 4),
    }
    for series in (y, y[:31], np.where(np.arange(40) < 31, y, np.nan), y.astype(np.int8)):
        for h, (seen, weekday) in day_of.items():
            want = np.zeros(16)
            want[:7], want[7], want[8], want[9 + weekday] = head, y[seen], mean, 1
            if not np.allclose(np.asarray(fn(series.copy(), 31, h), float), want):
                return False
    long = np.append(y, y[::-1])
    return bool(np.allclose(fn(long, 50, 5), _reference(long, 50, 5)))


def kill_features__wrong_docstring_only(fn):
    """Tries only the docstring's example: origin 28, two days ahead, y ends at the origin; most mistakes are not seen there."""
    x = fn(np.arange(28), 28, 2)
    return x[:9].tolist() == [27, 26, 25, 24, 23, 22, 21, 22, 13.5] and x[9:].tolist() == [
        0,
        1,
        0,
        0,
        0,
        0,
        0,
    ]


def kill_features__wrong_one_day_ahead(fn):
    """Every case is one day ahead, so mistakes of longer distances pass."""
    rng = np.random.default_rng(0)
    for o in (28, 30, 41):
        y = rng.random(50)
        if not np.allclose(fn(y, o, 1), _reference(y, o, 1)):
            return False
    return True


def kill_features__wrong_within_a_week(fn):
    """No case is more than a week ahead, so a known day that has not come yet passes."""
    rng = np.random.default_rng(0)
    for o, h in itertools.product((28, 30, 41), range(1, 8)):
        y = rng.random(60)
        if not np.allclose(fn(y, o, h), _reference(y, o, h)):
            return False
    return True


def kill_features__wrong_within_two_weeks(fn):
    """No case is more than two weeks ahead, so going back two weeks at most passes."""
    rng = np.random.default_rng(0)
    for o, h in itertools.product((28, 30, 41), range(1, 15)):
        y = rng.random(60)
        if not np.allclose(fn(y, o, h), _reference(y, o, h)):
            return False
    return True


def kill_features__wrong_origin_is_multiple_of_seven(fn):
    """All origins are multiples of 7, so the distance may stand for the weekday of the target unnoticed."""
    rng = np.random.default_rng(0)
    for o, h in itertools.product((28, 35, 42), (1, 3, 9, 16)):
        y = rng.random(o)
        if not np.allclose(fn(y, o, h), _reference(y, o, h)):
            return False
    return True


def kill_features__wrong_ends_at_origin(fn):
    """y always ends at the origin, so whoever counts from the end of y passes."""
    rng = np.random.default_rng(0)
    for o, h in itertools.product((28, 30, 41), (1, 3, 7, 8, 9, 16, 23)):
        y = rng.random(o)
        if not np.allclose(fn(y, o, h), _reference(y, o, h)):
            return False
    return True


def kill_features__wrong_exact_mean(fn):
    """Compares floats exactly: a right implementation that adds the 28 days in another order is rejected."""
    rng = np.random.default_rng(0)
    for o, h in itertools.product((28, 30, 41), (1, 3, 7, 8, 9, 16, 23)):
        y = rng.random(60)
        if np.asarray(fn(y, o, h)).tolist() != [
            *y[o - 7 : o][::-1],
            y[o - 7 + (h - 1) % 7],
            y[o - 28 : o].mean(),
            *np.eye(7)[(o + h - 1) % 7],
        ]:
            return False
    return True


def kill_features__wrong_linear_series(fn):
    """Day t sells t, where the mean of 28 days is the same as the median and other slips keep their value; only one distance is tried."""
    y = np.arange(60.0)
    return bool(np.allclose(fn(y, 33, 9), _reference(y, 33, 9)))


def kill_features__wrong_future_only(fn):
    """Tests only that the future makes no difference, not that the numbers are right."""
    y = np.random.default_rng(0).random(60)
    for o, h in itertools.product((28, 33), (1, 9, 16)):
        z = y.copy()
        z[o:] = np.nan
        if not np.array_equal(fn(y, o, h), fn(z, o, h)):
            return False
    return True


def kill_features__wrong_demands_exception(fn):
    """Demands an exception for an origin below 28, which the contract does not promise."""
    try:
        fn(np.arange(60.0), 20, 3)
    except Exception:
        return kill_features__right_random(fn)
    return False


# ---------------------------------------------------------------- 6.4 direct_forecast


def direct_forecast__right_loops(make_model, y, o, H):
    out = []
    for h in range(1, H + 1):
        origins = range(28, o - h + 1)
        X = np.array([origin_features__right_cut_first(y, p, h) for p in origins])
        t = np.array([float(y[p + h - 1]) for p in origins])
        model = make_model()
        model.fit(X, t)
        out.append(
            float(model.predict(origin_features__right_cut_first(y, o, h).reshape(1, -1))[0])
        )
    return np.array(out)


def direct_forecast__right_while(make_model, y, o, H):
    past = np.array(y[:o], dtype=float)
    forecast = np.empty(H)
    for i in range(H):
        h, rows, targets, p = i + 1, [], [], 28
        while p + h - 1 < o:
            rows.append(_of(past, p, h))
            targets.append(past[p + h - 1])
            p += 1
        model = make_model()
        model.fit(np.vstack(rows), np.array(targets))
        forecast[i] = np.ravel(model.predict(_of(past, o, h)[None]))[0]
    return forecast


def direct_forecast__right_slices(make_model, y, o, H):
    past = np.asarray(y)[:o].astype(float)

    def one(h):
        X = np.stack(
            [origin_features__right_walk_back(past, p, h) for p in range(28, len(past) - h + 1)]
        )
        model = make_model()
        model.fit(X, past[28 + h - 1 :])
        return model.predict([origin_features__right_walk_back(past, o, h)])[0]

    return np.fromiter(map(one, range(1, H + 1)), dtype=float, count=H)


def _direct(make_model, y, o, H, first=28, stop=lambda o, h, H: o - h + 1, post=lambda v: v):
    out = []
    for h in range(1, H + 1):
        ps = range(first, stop(o, h, H))
        model = make_model()
        model.fit(np.array([_of(y, p, h) for p in ps]), np.array([float(y[p + h - 1]) for p in ps]))
        out.append(post(float(model.predict(_of(y, o, h)[None])[0])))
    return np.array(out)


def direct_forecast__wrong_targets_after_origin(make_model, y, o, H):
    """Takes every origin before o for every distance, so targets on and after o are learned: a leak, NaN, or an error at the end of y (for h above 1)."""
    return _direct(make_model, y, o, H, stop=lambda o, h, H: o)


def direct_forecast__wrong_last_row_missing(make_model, y, o, H):
    """The last origin whose target has been, o - h, is left out."""
    return _direct(make_model, y, o, H, stop=lambda o, h, H: o - h)


def direct_forecast__wrong_same_rows_for_all(make_model, y, o, H):
    """All distances learn from the origins that the farthest one can use, so nearer ones lose rows (agrees for H = 1)."""
    return _direct(make_model, y, o, H, stop=lambda o, h, H: o - H + 1)


def direct_forecast__wrong_first_origin_missing(make_model, y, o, H):
    """Starts with origin 29; 28 is the first."""
    return _direct(make_model, y, o, H, first=29)


def direct_forecast__wrong_clipped(make_model, y, o, H):
    """Cuts forecasts off at 0, although the series may be one of logarithms."""
    return _direct(make_model, y, o, H, post=lambda v: max(v, 0.0))


def direct_forecast__wrong_recursive(make_model, y, o, H):
    """One model for one day ahead, whose forecasts are taken for days: the recursive way, not the direct one."""
    model = make_model()
    ps = range(28, o)
    model.fit(np.array([_of(y, p, 1) for p in ps]), np.array([float(y[p]) for p in ps]))
    days = [float(v) for v in y[:o]]
    for k in range(H):
        days.append(float(model.predict(_of(np.array(days), o + k, 1)[None])[0]))
    return np.array(days[o:])


def direct_forecast__wrong_one_model_refitted(make_model, y, o, H):
    """Makes one model and fits it again for each distance; each model should be new and be fitted once (shows with a model that remembers)."""
    model, out = make_model(), []
    for h in range(1, H + 1):
        ps = range(28, o - h + 1)
        model.fit(np.array([_of(y, p, h) for p in ps]), np.array([float(y[p + h - 1]) for p in ps]))
        out.append(float(model.predict(_of(y, o, h)[None])[0]))
    return np.array(out)


def direct_forecast__wrong_one_model_for_all(make_model, y, o, H):
    """Puts the rows of all distances together and fits one model; each distance should have its own."""
    pairs = [(p, h) for h in range(1, H + 1) for p in range(28, o - h + 1)]
    model = make_model()
    model.fit(
        np.array([_of(y, p, h) for p, h in pairs]),
        np.array([float(y[p + h - 1]) for p, h in pairs]),
    )
    return np.asarray(model.predict(np.array([_of(y, o, h) for h in range(1, H + 1)])), float)


def direct_forecast__wrong_target_day_late(make_model, y, o, H):
    """The target of h days ahead is taken for day p + h; it is p + h - 1."""
    out = []
    for h in range(1, H + 1):
        ps = range(28, o - h)
        model = make_model()
        model.fit(np.array([_of(y, p, h) for p in ps]), np.array([float(y[p + h]) for p in ps]))
        out.append(float(model.predict(_of(y, o, h)[None])[0]))
    return np.array(out)


def direct_forecast__wrong_features_one_ahead(make_model, y, o, H):
    """All inputs are those of one day ahead, so weekday and known day are not the target's (shows for h above 1)."""
    out = []
    for h in range(1, H + 1):
        ps = range(28, o - h + 1)
        model = make_model()
        model.fit(np.array([_of(y, p, 1) for p in ps]), np.array([float(y[p + h - 1]) for p in ps]))
        out.append(float(model.predict(_of(y, o, 1)[None])[0]))
    return np.array(out)


def direct_forecast__wrong_shape(make_model, y, o, H):
    """Collects what predict returns without taking the number out, so the shape is (H, 1)."""
    out = []
    for h in range(1, H + 1):
        ps = range(28, o - h + 1)
        model = make_model()
        model.fit(np.array([_of(y, p, h) for p in ps]), np.array([float(y[p + h - 1]) for p in ps]))
        out.append(model.predict(_of(y, o, h)[None]))
    return np.array(out)


def direct_forecast__wrong_origins_h_apart(make_model, y, o, H):
    """Forecasts from the end of y instead of the origin: the length of y takes the place of o (agrees if y ends at o)."""
    return _direct(make_model, y, len(y), H)


# ---------------------------------------------------------------- 6.5 pooled_forecast


def pooled_forecast__right_weeks(make_model, Y, o, H):
    L = np.log(np.asarray(Y[:o], dtype=float))
    n = L.shape[1]

    def seen(p):
        weeks = L[p - 56 : p].reshape(8, 7, n)
        base = weeks.mean(axis=0)
        return base, (weeks[-1] - base)[::-1]

    X, t = [], []
    for p in range(56, o):
        base, lags = seen(p)
        for h in range(1, min(H, o - p) + 1):
            for s in range(n):
                X.append([*lags[:, s], h])
                t.append(L[p + h - 1, s] - base[(h - 1) % 7, s])
    model = make_model()
    model.fit(np.array(X), np.array(t))
    base, lags = seen(o)
    out = np.empty((H, n))
    for h in range(1, H + 1):
        rows = np.column_stack([lags.T, np.full(n, h)])
        out[h - 1] = np.exp(model.predict(rows) + base[(h - 1) % 7])
    return out


def pooled_forecast__right_by_series(make_model, Y, o, H):
    logs = [[math.log(v) for v in Y[:o, s]] for s in range(Y.shape[1])]

    def base(line, p, day):
        same = [line[d] for d in range(p) if d % 7 == day % 7][-8:]
        return sum(same) / 8

    def inputs(line, p, h):
        return [line[p - k] - base(line, p, p - k) for k in range(1, 8)] + [float(h)]

    rows, targets = [], []
    for line in logs:
        for h in range(1, H + 1):
            for p in range(56, o - h + 1):
                rows.append(inputs(line, p, h))
                targets.append(line[p + h - 1] - base(line, p, p + h - 1))
    model = make_model()
    model.fit(np.array(rows), np.array(targets))
    said = [
        [
            float(model.predict(np.array([inputs(line, o, h)]))[0]) + base(line, o, o + h - 1)
            for line in logs
        ]
        for h in range(1, H + 1)
    ]
    return np.exp(np.array(said))


def pooled_forecast__right_blocks(make_model, Y, o, H):
    L = np.log(np.array(Y, dtype=float)[:o])
    base = {
        p: np.mean([L[p - 7 * k : p - 7 * k + 7 if k > 1 else p] for k in range(1, 9)], axis=0)
        for p in range(56, o + 1)
    }
    lag = {p: (L[p - 7 : p] - base[p])[::-1].T for p in base}
    X = np.concatenate(
        [
            np.hstack([lag[p], np.full((L.shape[1], 1), h)])
            for p in range(56, o)
            for h in range(1, H + 1)
            if p + h <= o
        ]
    )
    t = np.concatenate(
        [
            L[p + h - 1] - base[p][(h - 1) % 7]
            for p in range(56, o)
            for h in range(1, H + 1)
            if p + h <= o
        ]
    )
    model = make_model()
    model.fit(X, t)
    ahead = np.concatenate(
        [np.hstack([lag[o], np.full((L.shape[1], 1), h)]) for h in range(1, H + 1)]
    )
    relative = np.reshape(model.predict(ahead), (H, L.shape[1]))
    return np.exp(relative + np.resize(base[o], (H, L.shape[1])))


def _pooled(
    make_model,
    Y,
    o,
    H,
    *,
    oldest=False,
    first=56,
    late=0,
    distance=True,
    h_from=1,
    logs=True,
    base_weeks=8,
    own=False,
    back=True,
    levels=False,
    all_targets=False,
    mean_base=False,
    rel_lags=True,
):
    L = np.asarray(Y, dtype=float)
    L = np.log(L) if logs else L
    n = L.shape[1]

    def seen(p):
        weeks = L[p - 7 * base_weeks : p].reshape(base_weeks, 7, n)
        base = weeks.mean(axis=0)
        if mean_base:
            base = np.repeat(base.mean(axis=0, keepdims=True), 7, axis=0)
        lags = weeks[-1] - (base if rel_lags else 0)
        return base, (lags if oldest else lags[::-1])

    rows, targets, whose = [], [], []
    for p in range(first, o):
        base, lags = seen(p)
        for h in range(1, H + 1):
            if (p + h - 1 + late < o) or (all_targets and p + h - 1 < len(L)):
                for s in range(n):
                    rows.append([*lags[:, s], *([h + h_from - 1] if distance else [])])
                    targets.append(L[p + h - 1, s] - (0 if levels else base[(h - 1) % 7, s]))
                    whose.append(s)
    rows, targets, whose = np.array(rows), np.array(targets), np.array(whose)
    if own:
        models = [make_model() for _ in range(n)]
        for s, model in enumerate(models):
            model.fit(rows[whose == s], targets[whose == s])
    else:
        model = make_model()
        model.fit(rows, targets)
        models = [model] * n
    base, lags = seen(o)
    out = np.empty((H, n))
    for h in range(1, H + 1):
        for s in range(n):
            x = np.array([[*lags[:, s], *([h + h_from - 1] if distance else [])]])
            out[h - 1, s] = models[s].predict(x)[0] + (
                base[(h - 1) % 7, s] if back and not levels else 0
            )
    return np.exp(out) if logs else out


def pooled_forecast__wrong_oldest_first(make_model, Y, o, H):
    """The seven days stand with the oldest first; the latest should be first (shows with a model that tells inputs apart)."""
    return _pooled(make_model, Y, o, H, oldest=True)


def pooled_forecast__wrong_leak(make_model, Y, o, H):
    """Learns from every origin before o and every distance, targets on and after o included: a leak, or NaN."""
    return _pooled(make_model, Y, o, H, all_targets=True)


def pooled_forecast__wrong_last_target_missing(make_model, Y, o, H):
    """Stops a day early: the rows whose target is the last known day are left out."""
    return _pooled(make_model, Y, o, H, late=1)


def pooled_forecast__wrong_first_origin(make_model, Y, o, H):
    """Starts with origin 57; 56 is the first that has eight weeks before it."""
    return _pooled(make_model, Y, o, H, first=57)


def pooled_forecast__wrong_no_distance(make_model, Y, o, H):
    """The distance h is not among the inputs, so there are seven and not eight."""
    return _pooled(make_model, Y, o, H, distance=False)


def pooled_forecast__wrong_distance_from_zero(make_model, Y, o, H):
    """The distance is counted from 0 (a linear model does not show it, one that looks at its inputs does)."""
    return _pooled(make_model, Y, o, H, h_from=0)


def pooled_forecast__wrong_no_logs(make_model, Y, o, H):
    """Differences of sales, not of logarithms: large series dominate."""
    return _pooled(make_model, Y, o, H, logs=False)


def pooled_forecast__wrong_model_per_series(make_model, Y, o, H):
    """Fits a model for each series; one model should learn from all (agrees with one series)."""
    return _pooled(make_model, Y, o, H, own=True)


def pooled_forecast__wrong_base_not_put_back(make_model, Y, o, H):
    """The base is not added again, so the forecast is relative: about 1 instead of the sales of the series."""
    return _pooled(make_model, Y, o, H, back=False)


def pooled_forecast__wrong_one_base_for_all_days(make_model, Y, o, H):
    """The base is the mean of all 56 days whatever the weekday, so the week stays in (hidden in a series without a week)."""
    return _pooled(make_model, Y, o, H, mean_base=True)


def pooled_forecast__wrong_week_ahead_only(make_model, Y, o, H):
    """The base is looked up by h - 1 without going round, so more than 7 days ahead it fails with an error."""
    L = np.log(np.asarray(Y[:o], float))
    seen = lambda p: (L[p - 56 : p].reshape(8, 7, -1).mean(axis=0), L[p - 7 : p][::-1])
    X, t = [], []
    for p in range(56, o):
        base, days = seen(p)
        for h in range(1, H + 1):
            if p + h - 1 < o:
                for s in range(L.shape[1]):
                    X.append([*(days[:, s] - base[::-1, s]), h])
                    t.append(L[p + h - 1, s] - base[h - 1, s])
    model = make_model()
    model.fit(np.array(X), np.array(t))
    base, days = seen(o)
    return np.array(
        [
            [
                np.exp(base[h - 1, s] + model.predict([[*(days[:, s] - base[::-1, s]), h]])[0])
                for s in range(L.shape[1])
            ]
            for h in range(1, H + 1)
        ]
    )


def pooled_forecast__wrong_lags_not_relative(make_model, Y, o, H):
    """The seven inputs are logarithms as they are, without their base taken off: the model sees size and week of the series."""
    return _pooled(make_model, Y, o, H, rel_lags=False)


def pooled_forecast__wrong_base_misaligned(make_model, Y, o, H):
    """Reverses the lags but not their bases, so each day is compared with another weekday (hidden without a week)."""
    L = np.log(np.asarray(Y[:o], float))
    n = L.shape[1]

    def seen(p):
        base = L[p - 56 : p].reshape(8, 7, n).mean(axis=0)
        return base, L[p - 7 : p][::-1] - base

    rows, targets = [], []
    for p in range(56, o):
        base, lags = seen(p)
        for h in range(1, min(H, o - p) + 1):
            rows += [[*lags[:, s], h] for s in range(n)]
            targets += list(L[p + h - 1] - base[(h - 1) % 7])
    model = make_model()
    model.fit(np.array(rows), np.array(targets))
    base, lags = seen(o)
    return np.array(
        [
            np.exp(
                base[(h - 1) % 7] + model.predict(np.array([[*lags[:, s], h] for s in range(n)]))
            )
            for h in range(1, H + 1)
        ]
    )


# ---------------------------------------------------------------- 6.6 inverse_mse_weights


def inverse_mse_weights__right_relative_rms(preds, y_val):
    y = np.asarray(y_val, dtype=float)
    opened = ~np.isnan(y)
    rms = {}
    for name, f in preds.items():
        e = np.abs(np.asarray(f, dtype=float)[opened] - y[opened])
        top = e.max()
        rms[name] = top * np.sqrt(np.mean((e / top) ** 2)) if top > 0 else 0.0
    least = min(rms.values())
    if least == 0:
        raw = {name: float(r == 0) for name, r in rms.items()}
    else:
        raw = {name: float((least / r) ** 2) for name, r in rms.items()}
    total = sum(raw.values())
    return {name: w / total for name, w in raw.items()}


def inverse_mse_weights__right_scaled_first(preds, y_val):
    names = list(preds)
    E = np.array([np.asarray(preds[k], float) - np.asarray(y_val, float) for k in names])
    E = np.abs(E[:, ~np.isnan(np.asarray(y_val, float))])
    tops = E.max(axis=1)
    if (tops == 0).any():
        w = (tops == 0).astype(float)
    else:
        mse = ((E / tops[:, None]) ** 2).mean(axis=1)
        w = (tops.min() / tops) ** 2 * mse[tops.argmin()] / mse
    return {k: float(v) for k, v in zip(names, w / w.sum())}


def inverse_mse_weights__right_norm(preds, y_val):
    y = [float(v) for v in y_val]
    size = {}
    for name, f in preds.items():
        size[name] = math.hypot(*(float(a) - b for a, b in zip(f, y) if not math.isnan(b)))
    perfect = [name for name, s in size.items() if s == 0]
    if perfect:
        return {name: 1 / len(perfect) if name in perfect else 0.0 for name in size}
    return {
        name: 1 / math.fsum((s / other) ** 2 for other in size.values()) for name, s in size.items()
    }


def inverse_mse_weights__right_logs(preds, y_val):
    frame = pd.DataFrame({k: np.asarray(v, float) for k, v in preds.items()}).sub(
        np.asarray(y_val, float), axis=0
    )
    frame = frame[~np.isnan(np.asarray(y_val, float))].abs()
    if (frame.max() == 0).any():
        w = (frame.max() == 0).astype(float)
    else:
        with np.errstate(divide="ignore"):
            logs = 2 * np.log(frame)
        log_mse = np.logaddexp.reduce(logs.to_numpy(), axis=0)
        w = pd.Series(np.exp(log_mse.min() - log_mse), index=frame.columns)
    return (w / w.sum()).to_dict()


def inverse_mse_weights__right_hint(preds, y_val):
    mse = {k: float(np.nanmean((np.asarray(f, float) - y_val) ** 2)) for k, f in preds.items()}
    least = min(mse.values())
    raw = {k: (float(v == 0) if least == 0 else least / v) for k, v in mse.items()}
    total = sum(raw.values())
    return {k: v / total for k, v in raw.items()}


def _open_mse(preds, y_val):
    y = np.asarray(y_val, float)
    ok = ~np.isnan(y)
    return {k: float(np.mean((np.asarray(f, float)[ok] - y[ok]) ** 2)) for k, f in preds.items()}


def _share(raw):
    total = sum(raw.values())
    return {k: float(v / total) for k, v in raw.items()}


def inverse_mse_weights__wrong_plain_inverse(preds, y_val):
    """1 over the mean squared error, with perfect forecasters apart: errors of 1e-160 give infinity over infinity, NaN."""
    mse = _open_mse(preds, y_val)
    if min(mse.values()) == 0:
        return _share({k: float(v == 0) for k, v in mse.items()})
    with np.errstate(all="ignore"):
        return _share({k: np.float64(1) / v for k, v in mse.items()})


def inverse_mse_weights__wrong_epsilon(preds, y_val):
    """Adds 1e-9 to avoid a division by 0, so the others get a little weight beside a perfect forecaster, and tiny errors are all alike."""
    return _share({k: 1 / (v + 1e-9) for k, v in _open_mse(preds, y_val).items()})


def inverse_mse_weights__wrong_perfect_takes_all(preds, y_val):
    """Only the first forecaster without error gets the weight; several should share it equally."""
    mse = _open_mse(preds, y_val)
    best = min(mse, key=mse.get)
    if mse[best] == 0:
        return {k: float(k == best) for k in mse}
    return _share({k: mse[best] / v for k, v in mse.items()})


def inverse_mse_weights__wrong_absolute_errors(preds, y_val):
    """Inverse mean absolute errors, not squared ones (the weights of the better are too small)."""
    y = np.asarray(y_val, float)
    mae = {k: float(np.nanmean(np.abs(f - y))) for k, f in preds.items()}
    if min(mae.values()) == 0:
        return _share({k: float(v == 0) for k, v in mae.items()})
    return _share({k: min(mae.values()) / v for k, v in mae.items()})


def inverse_mse_weights__wrong_root(preds, y_val):
    """Inverse roots of the mean squared errors; the root should not be taken."""
    rms = {k: math.sqrt(v) for k, v in _open_mse(preds, y_val).items()}
    if min(rms.values()) == 0:
        return _share({k: float(v == 0) for k, v in rms.items()})
    return _share({k: min(rms.values()) / v for k, v in rms.items()})


def inverse_mse_weights__wrong_nan_spreads(preds, y_val):
    """The mean over all days is NaN if the shop was closed on one of them, and so are the weights."""
    mse = {k: float(np.mean((f - y_val) ** 2)) for k, f in preds.items()}
    if min(mse.values()) == 0:
        return _share({k: float(v == 0) for k, v in mse.items()})
    return _share({k: min(mse.values()) / v for k, v in mse.items()})


def inverse_mse_weights__wrong_closed_is_zero(preds, y_val):
    """Closed days are taken for sales of 0, so each forecaster is punished for what it said of them."""
    y = np.nan_to_num(np.asarray(y_val, float))
    return inverse_mse_weights__right_relative_rms(preds, y)


def inverse_mse_weights__wrong_zero_division(preds, y_val):
    """Divides by the mean squared error of Python's float: a forecaster without error ends in ZeroDivisionError."""
    return _share({k: 1 / v for k, v in _open_mse(preds, y_val).items()})


def inverse_mse_weights__wrong_proportional(preds, y_val):
    """Weights grow with the error: the worst forecaster gets most."""
    mse = _open_mse(preds, y_val)
    if sum(mse.values()) == 0:
        return {k: 1 / len(mse) for k in mse}
    return _share(mse)


def inverse_mse_weights__wrong_not_normalised(preds, y_val):
    """The weights are relative to the best, whose weight is 1; they do not sum to 1."""
    mse = _open_mse(preds, y_val)
    least = min(mse.values())
    return {k: (1.0 if v == least else 0.0 if least == 0 else least / v) for k, v in mse.items()}


def inverse_mse_weights__wrong_tolerance(preds, y_val):
    """Errors below 1e-12 are taken for none, so forecasters with small and unequal errors share equally."""
    mse = _open_mse(preds, y_val)
    if min(mse.values()) < 1e-12:
        return _share({k: float(v < 1e-12) for k, v in mse.items()})
    return _share({k: min(mse.values()) / v for k, v in mse.items()})


def inverse_mse_weights__wrong_variance(preds, y_val):
    """Uses the variance of the errors, which forgives a forecaster that is always too high by the same amount."""
    y = np.asarray(y_val, float)
    var = {k: float(np.nanvar(f - y)) for k, f in preds.items()}
    if min(var.values()) == 0:
        return _share({k: float(v == 0) for k, v in var.items()})
    return _share({k: min(var.values()) / v for k, v in var.items()})


# ---------------------------------------------------------------- 6.7 pinball_loss


def pinball_loss__right_where(y, f, q):
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    ok = ~np.isnan(y)
    if not ok.any():
        return np.full(len(q), np.nan)
    short = y[ok, None] - f[ok]
    return np.where(short > 0, q * short, (q - 1) * short).mean(axis=0)


def pinball_loss__right_maximum(y, f, q):
    y, q = np.asarray(y, float), np.asarray(q, float)
    e = y[:, None] - np.asarray(f, float)
    with warnings.catch_warnings(action="ignore"):
        return np.nanmean(
            np.where(np.isnan(y)[:, None], np.nan, np.maximum(q * e, (q - 1) * e)), axis=0
        )


def pinball_loss__right_loop(y, f, q):
    out = []
    for j in range(len(q)):
        costs = []
        for i in range(len(y)):
            if math.isnan(float(y[i])):
                continue
            gap = float(y[i]) - float(f[i][j])
            costs.append(q[j] * gap if gap >= 0 else (1 - q[j]) * -gap)
        out.append(sum(costs) / len(costs) if costs else math.nan)
    return np.array(out)


def pinball_loss__right_sklearn(y, f, q):
    y, f = np.asarray(y, float), np.asarray(f, float)
    ok = np.isfinite(y)
    if not ok.any():
        return np.full(len(q), np.nan)
    return np.array([mean_pinball_loss(y[ok], f[ok, j], alpha=a) for j, a in enumerate(q)])


def pinball_loss__right_arrays_only(y, f, q):
    # right for arrays, as the docstring says; a later cell of the notebook passes lists, and fails
    short = y.astype(float)[:, None] - f.astype(float)
    loss = np.where(short > 0, q, 1 - q) * np.abs(short)
    opened = ~np.isnan(y.astype(float))
    return loss[opened].mean(axis=0) if opened.any() else np.full(q.shape, np.nan)


def pinball_loss__wrong_prices_exchanged(y, f, q):
    """A unit too low costs 1 - q and a unit too high q: the prices are exchanged (agrees for q = 0.5)."""
    e = np.asarray(y, float)[:, None] - np.asarray(f, float)
    q = np.asarray(q, float)
    return np.nanmean(np.where(e > 0, (1 - q) * e, -q * e), axis=0)


def pinball_loss__wrong_unsigned(y, f, q):
    """Subtracts in the type of the input: unsigned sales and forecasts wrap around where the forecast is too high."""
    e = y[:, None] - f
    loss = np.where(e > 0, q * e, (q - 1) * e)
    ok = ~np.isnan(y)
    return loss[ok].mean(axis=0) if ok.any() else np.full(len(q), np.nan)


def pinball_loss__wrong_nan_spreads(y, f, q):
    """A closed day makes the whole mean NaN; it should be left out."""
    e = np.asarray(y, float)[:, None] - np.asarray(f, float)
    return np.maximum(q * e, (np.asarray(q) - 1) * e).mean(axis=0)


def pinball_loss__wrong_closed_costs_nothing(y, f, q):
    """A closed day counts as a day without loss: the sum is divided by all days (or the comparison with NaN gives 0)."""
    e = np.asarray(y, float)[:, None] - np.asarray(f, float)
    return np.nan_to_num(np.maximum(q * e, (np.asarray(q) - 1) * e)).mean(axis=0)


def pinball_loss__wrong_sorted_quantiles(y, f, q):
    """Sorts the quantiles, but not the columns of the forecasts, so they no longer belong together where q is unsorted."""
    return pinball_loss__right_where(y, f, np.sort(np.asarray(q, float)))


def pinball_loss__wrong_one_mean(y, f, q):
    """One mean over days and quantiles instead of one for each quantile."""
    e = np.asarray(y, float)[:, None] - np.asarray(f, float)
    return np.nanmean(np.maximum(q * e, (np.asarray(q) - 1) * e))


def pinball_loss__wrong_too_high_free(y, f, q):
    """Only units too low cost something; units too high are free."""
    e = np.asarray(y, float)[:, None] - np.asarray(f, float)
    return np.nanmean(np.where(e > 0, q * e, np.where(np.isnan(e), np.nan, 0.0)), axis=0)


def pinball_loss__wrong_sum(y, f, q):
    """The sum over open days, not the mean (and 0 if no day was open)."""
    e = np.asarray(y, float)[:, None] - np.asarray(f, float)
    return np.nansum(np.maximum(q * e, (np.asarray(q) - 1) * e), axis=0)


def pinball_loss__wrong_twice(y, f, q):
    """Doubles the loss so that it is the absolute error at q = 0.5; the two prices then add up to 2, not 1."""
    return 2 * pinball_loss__right_where(y, f, q)


def pinball_loss__wrong_zero_if_closed(y, f, q):
    """Returns 0 if no day was open; NaN is asked for."""
    return np.nan_to_num(pinball_loss__right_where(y, f, q))


def pinball_loss__wrong_sign_of_high(y, f, q):
    """The price of a unit too high is taken off instead of added, because the sign of the difference is kept."""
    e = np.asarray(y, float)[:, None] - np.asarray(f, float)
    q = np.asarray(q, float)
    return np.nanmean(np.where(e > 0, q * e, (1 - q) * e), axis=0)


def pinball_loss__wrong_both_cost_q(y, f, q):
    """Both errors cost q: a share of the absolute error."""
    e = np.abs(np.asarray(y, float)[:, None] - np.asarray(f, float))
    return np.nanmean(np.asarray(q) * e, axis=0)


# ---------------------------------------------------------------- 6.8 conformal_interval


def _scores(y_past, f_past):
    y, f = np.asarray(y_past, float), np.asarray(f_past, float)
    ok = ~np.isnan(y)
    return np.abs(y[ok] - f[ok]) / f[ok]


def _ends(f_new, r):
    f = np.asarray(f_new, float)
    return np.column_stack([np.maximum(f - r * f, 0), f + r * f])


def conformal_interval__right_rank(y_past, f_past, f_new, level):
    s = np.sort(_scores(y_past, f_past))
    k = math.ceil(round(level * (len(s) + 1), 9))
    return _ends(f_new, s[k - 1] if k <= len(s) else np.inf)


def conformal_interval__right_walk(y_past, f_past, f_new, level):
    scores = sorted(abs(float(y) - float(f)) / float(f) for y, f in zip(y_past, f_past) if y == y)
    n, radius = len(scores), math.inf
    for k, score in enumerate(scores, start=1):
        if k >= round(level * (n + 1), 9):
            radius = score
            break
    return np.array(
        [[max(0.0, f * (1 - radius)), f * (1 + radius)] for f in map(float, f_new)]
    ).reshape(-1, 2)


def conformal_interval__right_append_infinity(y_past, f_past, f_new, level):
    s = np.append(np.sort(_scores(y_past, f_past)), np.inf)
    r = s[int(np.ceil(np.round(len(s) * level, 9))) - 1]
    f = np.asarray(f_new, dtype=float)
    return np.stack([np.clip(f * (1 - r), 0, None), f * (1 + r)], axis=1)


def conformal_interval__right_pandas(y_past, f_past, f_new, level):
    frame = pd.DataFrame({"y": np.asarray(y_past, float), "f": np.asarray(f_past, float)}).dropna(
        subset=["y"]
    )
    score = (frame["y"] / frame["f"] - 1).abs()
    rank = score.rank(method="first")
    enough = score[rank >= np.round(level * (len(score) + 1), 9)]
    radius = enough.min() if len(enough) else np.inf
    f = pd.Series(np.asarray(f_new, float))
    return pd.DataFrame({"low": (f - radius * f).clip(lower=0), "high": f + radius * f}).to_numpy()


def conformal_interval__right_arrays_only(y_past, f_past, f_new, level):
    # right for arrays, as the docstring says; a later cell of the notebook passes Series, and fails
    scores = np.sort(
        [
            abs(y_past[i] - f_past[i]) / f_past[i]
            for i in range(len(y_past))
            if not np.isnan(y_past[i])
        ]
    )
    k = math.ceil(round((len(scores) + 1) * level, 9))
    radius = scores[k - 1] if k <= len(scores) else np.inf
    return np.maximum(f_new[:, None] * (1 + radius * np.array([-1.0, 1.0])), 0)


def conformal_interval__wrong_np_quantile(y_past, f_past, f_new, level):
    """The empirical quantile with interpolation: too low, because the new score has a rank of its own, and never infinite."""
    return _ends(f_new, np.quantile(_scores(y_past, f_past), level))


def conformal_interval__wrong_n_not_n_plus_one(y_past, f_past, f_new, level):
    """k is level times n rounded up, not times n + 1: the new score itself is forgotten."""
    s = np.sort(_scores(y_past, f_past))
    return _ends(f_new, s[math.ceil(round(level * len(s), 9)) - 1])


def conformal_interval__wrong_not_rounded(y_past, f_past, f_new, level):
    """The product with level is not rounded, so 0.07 x 100 = 7.000000000000001 asks for one rank more."""
    s = np.sort(_scores(y_past, f_past))
    k = math.ceil(level * (len(s) + 1))
    return _ends(f_new, s[k - 1] if k <= len(s) else np.inf)


def conformal_interval__wrong_largest_when_short(y_past, f_past, f_new, level):
    """Takes the largest score where even that is not enough; the radius should be infinite."""
    s = np.sort(_scores(y_past, f_past))
    k = min(math.ceil(round(level * (len(s) + 1), 9)), len(s))
    return _ends(f_new, s[k - 1])


def conformal_interval__wrong_absolute_score(y_past, f_past, f_new, level):
    """The score is the absolute error in units, not as a share of the forecast, so the interval does not grow with the new forecast."""
    y, f = np.asarray(y_past, float), np.asarray(f_past, float)
    s = np.sort(np.abs(y - f)[~np.isnan(y)])
    k = math.ceil(round(level * (len(s) + 1), 9))
    r = s[k - 1] if k <= len(s) else np.inf
    g = np.asarray(f_new, float)
    return np.column_stack([np.maximum(g - r, 0), g + r])


def conformal_interval__wrong_share_of_sales(y_past, f_past, f_new, level):
    """The error is taken as a share of the sales, not of the forecast."""
    y, f = np.asarray(y_past, float), np.asarray(f_past, float)
    ok = ~np.isnan(y)
    with np.errstate(all="ignore"):
        s = np.sort(np.abs(y[ok] - f[ok]) / y[ok])
    k = math.ceil(round(level * (len(s) + 1), 9))
    return _ends(f_new, s[k - 1] if k <= len(s) else np.inf)


def conformal_interval__wrong_below_zero(y_past, f_past, f_new, level):
    """Lower ends may be below 0 (shows if the radius is above 1, or infinite)."""
    s = np.sort(_scores(y_past, f_past))
    k = math.ceil(round(level * (len(s) + 1), 9))
    r = s[k - 1] if k <= len(s) else np.inf
    f = np.asarray(f_new, float)
    return np.column_stack([f - r * f, f + r * f])


def conformal_interval__wrong_closed_counted(y_past, f_past, f_new, level):
    """Closed days are counted in n: their NaN are sorted to the end, so the rank is too high or the radius NaN."""
    s = np.sort(np.abs(np.asarray(y_past, float) - f_past) / f_past)
    k = math.ceil(round(level * (len(s) + 1), 9))
    return _ends(f_new, s[k - 1] if k <= len(s) else np.inf)


def conformal_interval__wrong_signed_quantiles(y_past, f_past, f_new, level):
    """Takes the two quantiles of signed errors, so the interval is not symmetric; the score is the absolute error."""
    y, f = np.asarray(y_past, float), np.asarray(f_past, float)
    ok = ~np.isnan(y)
    e = (y[ok] - f[ok]) / f[ok]
    a = (1 - level) / 2
    g = np.asarray(f_new, float)
    return np.column_stack(
        [np.maximum(g * (1 + np.quantile(e, a)), 0), g * (1 + np.quantile(e, 1 - a))]
    )


def conformal_interval__wrong_rank_too_high(y_past, f_past, f_new, level):
    """Uses k as an index that counts from 0, so the score is one rank too high."""
    s = np.sort(_scores(y_past, f_past))
    k = math.ceil(round(level * (len(s) + 1), 9))
    return _ends(f_new, s[k] if k < len(s) else np.inf)


def conformal_interval__wrong_floor(y_past, f_past, f_new, level):
    """Rounds the rank down, so the promised probability is not reached where (n + 1) x level is not whole."""
    s = np.sort(_scores(y_past, f_past))
    k = max(math.floor(round(level * (len(s) + 1), 9)), 1)
    return _ends(f_new, s[k - 1] if k <= len(s) else np.inf)


def conformal_interval__wrong_two_sided(y_past, f_past, f_new, level):
    """Splits the rest between two sides, as for a normal distribution: absolute errors need no split, so the interval is too wide."""
    s = np.sort(_scores(y_past, f_past))
    k = math.ceil(round((1 + level) / 2 * (len(s) + 1), 9))
    return _ends(f_new, s[k - 1] if k <= len(s) else np.inf)


def conformal_interval__wrong_unsorted(y_past, f_past, f_new, level):
    """Forgets to sort the scores before it takes the k-th."""
    s = _scores(y_past, f_past)
    k = math.ceil(round(level * (len(s) + 1), 9))
    return _ends(f_new, s[k - 1] if k <= len(s) else np.inf)


# ---------------------------------------------------------------- 6.9 order_quantity


def order_quantity__right_sorted(samples, cu, co):
    s = sorted(float(v) for v in samples)
    k = math.ceil(round(len(s) * cu / (cu + co), 9))
    return s[max(k, 1) - 1]


def order_quantity__right_cover(samples, cu, co):
    values, counts = np.unique(np.asarray(samples), return_counts=True)
    need = round(cu / (cu + co) * len(samples), 9)
    return float(values[np.searchsorted(counts.cumsum(), need)])


def order_quantity__right_exact_costs(samples, cu, co):
    demand = [Fraction(v).limit_denominator(10**9) for v in np.asarray(samples, float).tolist()]
    a, b = (Fraction(str(float(c))) for c in (cu, co))
    n = len(demand)
    need = Fraction(str(round(float(n * a / (a + b)), 9)))
    for quantity in sorted(demand):
        if sum(d <= quantity for d in demand) >= need:
            return float(quantity)


def order_quantity__right_walk(samples, cu, co):
    counts, covered = Counter(np.asarray(samples, float).tolist()), 0
    for value in sorted(counts):
        covered += counts[value]
        if covered >= round(len(samples) * cu / (cu + co), 9):
            return value


def order_quantity__wrong_np_quantile(samples, cu, co):
    """np.quantile interpolates, so the order need not be one of the samples."""
    return float(np.quantile(samples, cu / (cu + co)))


def order_quantity__wrong_exchanged(samples, cu, co):
    """Covers co / (cu + co): the costs are exchanged, so an expensive shortage leads to a small order."""
    return order_quantity__right_sorted(samples, co, cu)


def order_quantity__wrong_not_rounded(samples, cu, co):
    """The share of the samples is not rounded, so a product just above a whole number asks for one sample more (0.01 and 0.06 with 7 samples, say)."""
    s = np.sort(np.asarray(samples, float))
    return float(s[max(math.ceil(len(s) * (cu / (cu + co))), 1) - 1])


def order_quantity__wrong_floor_index(samples, cu, co):
    """Takes the index int(n x share): one sample too high where the product is whole, so not the smallest of equals."""
    s = np.sort(np.asarray(samples, float))
    return float(s[min(int(round(len(s) * cu / (cu + co), 9)), len(s) - 1)])


def order_quantity__wrong_brute_force(samples, cu, co):
    """Compares mean costs of floats exactly, so rounding decides between equal costs (and may choose the larger sample)."""
    s = np.sort(np.asarray(samples, float))
    cost = [np.mean(cu * np.maximum(s - x, 0) + co * np.maximum(x - s, 0)) for x in s]
    return float(s[int(np.argmin(cost))])


def order_quantity__wrong_narrow_integers(samples, cu, co):
    """Computes the costs in the type of the samples, so unsigned differences wrap around."""
    best, low = None, math.inf
    for x in np.sort(samples):
        short = samples - x
        cost = round(float(np.where(short > 0, cu * short, -co * short).mean()), 9)
        if cost < low:
            best, low = float(x), cost
    return best


def order_quantity__wrong_tiny_share(samples, cu, co):
    """Where the rounded share is 0 the index is -1, which is the largest sample instead of the smallest (cu far below co)."""
    s = np.sort(np.asarray(samples, float))
    return float(s[math.ceil(round(len(s) * cu / (cu + co), 9)) - 1])


def order_quantity__wrong_largest_of_equals(samples, cu, co):
    """Of samples with equal cost it takes the largest; the smallest is asked for (shows where n x share is whole)."""
    s = np.sort(np.asarray(samples, float))
    cost = [round(float(np.mean(np.where(s > x, cu * (s - x), co * (x - s)))), 9) for x in s]
    return float(s[len(s) - 1 - int(np.argmin(cost[::-1]))])


def order_quantity__wrong_mean(samples, cu, co):
    """Orders the mean demand whatever the costs."""
    return float(np.mean(samples))


def order_quantity__wrong_unsorted(samples, cu, co):
    """Takes the k-th sample without sorting them."""
    k = math.ceil(round(len(samples) * cu / (cu + co), 9))
    return float(samples[max(k, 1) - 1])


def order_quantity__wrong_sorts_in_place(samples, cu, co):
    """Sorts the caller's array in place; it should be left as it is."""
    samples.sort()
    return float(samples[max(math.ceil(round(len(samples) * cu / (cu + co), 9)), 1) - 1])


def order_quantity__wrong_ratio(samples, cu, co):
    """Covers the share cu / co and not cu / (cu + co)."""
    s = np.sort(np.asarray(samples, float))
    k = math.ceil(round(len(s) * min(cu / co, 1), 9))
    return float(s[max(k, 1) - 1])


def order_quantity__wrong_unique_values(samples, cu, co):
    """Takes the quantile of the distinct values, so values that occur often count once (shows with repeated samples)."""
    return order_quantity__right_sorted(np.unique(samples), cu, co)


# ---------------------------------------------------------------- 6.10 order_departments


def _tile(week, horizon):
    return np.vstack([week] * (horizon // 7 + 1))[:horizon]


def _level_week(logs, horizon):
    weeks = min(12, len(logs) // 7)
    tail = logs[-7 * weeks :].reshape(weeks, 7, -1)
    season = (tail - tail.mean(axis=1, keepdims=True)).mean(axis=0)
    level = (logs[-14:] - np.vstack([season, season])).mean(axis=0)
    return _tile(season, horizon) + level


def order_departments__right_level_and_ratios(history, horizon, cu, co):
    logs = np.log(np.array(history, dtype=float))
    n = len(logs)
    h = min(horizon, n - 35)
    errors = [logs[o : o + h] - _level_week(logs[:o], h) for o in range(28, n - h + 1)][-84:]
    errors = np.concatenate(errors)
    q = np.asarray(cu, float) / (np.asarray(cu, float) + np.asarray(co, float))
    shift = np.array([np.quantile(errors[:, c], q[c]) for c in range(logs.shape[1])])
    return np.exp(_level_week(logs, horizon) + shift)


def order_departments__right_weighted_weeks(history, horizon, cu, co):
    y = np.asarray(history, dtype=float)
    n, k = y.shape

    def forecast(past, days):
        weeks = past[-28:].reshape(4, 7, k)
        return _tile(np.tensordot([0.2, 0.23, 0.27, 0.3], weeks, axes=1), days)

    ratios = []
    for o in range(28, n - 6, 1):
        days = min(horizon, n - o)
        ratios.append(y[o : o + days] / forecast(y[:o], days))
    ratios = np.vstack(ratios)
    said = forecast(y, horizon)
    return np.column_stack(
        [said[:, c] * np.quantile(ratios[:, c], cu[c] / (cu[c] + co[c])) for c in range(k)]
    )


def order_departments__wrong_forecast_only(history, horizon, cu, co):
    """Orders the mean of four same weekdays itself: the costs are ignored."""
    return _tile(np.asarray(history, float)[-28:].reshape(4, 7, -1).mean(axis=0), horizon)


def order_departments__wrong_baseline(history, horizon, cu, co):
    """The same quantile of the last eight weeks for every day: this is the baseline, which ignores the week."""
    last = np.asarray(history, float)[-56:]
    q = np.asarray(cu) / (np.asarray(cu) + np.asarray(co))
    return np.tile([np.quantile(last[:, c], q[c]) for c in range(last.shape[1])], (horizon, 1))


def order_departments__wrong_costs_exchanged(history, horizon, cu, co):
    """Takes the quantile co / (cu + co): too little where the empty shelf is expensive, too much where goods spoil."""
    return order_departments__right_weighted_weeks(history, horizon, co, cu)


def order_departments__wrong_last_week(history, horizon, cu, co):
    """Repeats the last week, one noisy week, without a look at the costs."""
    return _tile(np.asarray(history, float)[-7:], horizon)


def order_departments__wrong_one_share_for_all(history, horizon, cu, co):
    """Uses the mean costs of all departments for each of them, although departments differ."""
    k = len(cu)
    return order_departments__right_weighted_weeks(
        history, horizon, np.full(k, np.mean(cu)), np.full(k, np.mean(co))
    )


def order_departments__wrong_transposed(history, horizon, cu, co):
    """Returns departments in rows and days in columns: the shape is (n_departments, horizon)."""
    return order_departments__right_weighted_weeks(history, horizon, cu, co).T


# ---- another hand, again from the statements alone ----


def _features(y, o, h):
    past = np.asarray(y)[:o].astype(float)
    target = o + h - 1
    same = past[target % 7 :: 7][-1]
    hot = np.zeros(7)
    hot[target % 7] = 1
    return np.concatenate([past[::-1][:7], [same, past[-28:].mean()], hot])


# ---- origin_features


def origin_features__right_lists(y, o, h):
    known = [float(v) for v in list(y)[:o]]
    t = o + h - 1
    d = t
    while d >= o:
        d -= 7
    return np.array(
        [known[o - j] for j in range(1, 8)]
        + [known[d], math.fsum(known[-28:]) / 28]
        + [float(w == t % 7) for w in range(7)]
    )


def origin_features__right_pandas(y, o, h):
    s = pd.Series(np.asarray(y)[:o]).astype("float64")
    weekday = (o + h - 1) % 7
    latest = s[s.index % 7 == weekday].iloc[-1]
    return np.r_[s.iloc[-7:].to_numpy()[::-1], latest, s.tail(28).mean(), np.eye(7)[weekday]]


def origin_features__wrong_lag_seven_of_target_again(y, o, h):
    """Takes day target - 7 as the same weekday: not yet known more than a week ahead."""
    f = _features(y, o, h)
    t = o + h - 1
    f[7] = y[t - 7] if t - 7 < len(y) else np.nan
    return f


def origin_features__wrong_oldest_first_again(y, o, h):
    """The seven days come oldest first; the latest first is asked."""
    f = _features(y, o, h)
    f[:7] = f[:7][::-1]
    return f


def origin_features__wrong_weekday_of_origin_again(y, o, h):
    """The 1 stands at the weekday of the origin, not of the target (shows unless h is 1, 8, ...)."""
    f = _features(y, o, h)
    f[9:] = np.eye(7)[o % 7]
    return f


def origin_features__wrong_target_is_o_plus_h(y, o, h):
    """The target is taken as day o + h: one day too late."""
    return _features(y, o, h + 1)


def origin_features__wrong_includes_origin(y, o, h):
    """The slice ends with day o: the first day that is not known is used, and nothing is there when y ends at the origin."""
    f = _features(y, o, h)
    z = np.asarray(y, float)
    f[:7] = z[max(o - 6, 0) : o + 1][::-1][:7] if len(z) > o else np.full(7, np.nan)
    return f


def origin_features__wrong_mean_of_all_again(y, o, h):
    """The mean of all days before the origin, not of the last 28 (shows when the origin is above 28)."""
    f = _features(y, o, h)
    f[8] = np.asarray(y)[:o].astype(float).mean()
    return f


def origin_features__wrong_two_weeks_at_most_again(y, o, h):
    """Steps back one week, and a second one if h is above 7: still in the future more than two weeks ahead."""
    f = _features(y, o, h)
    d = o + h - 1 - (7 if h <= 7 else 14)
    f[7] = y[d] if d < len(y) else np.nan
    return f


def origin_features__wrong_narrow_sum(y, o, h):
    """Adds 28 days in the type of y: narrow integers overflow."""
    f = _features(y, o, h)
    z = np.asarray(y)[o - 28 : o]
    f[8] = z.sum(dtype=z.dtype) / 28
    return f


# ---- direct_forecast


def direct_forecast__right_comprehension(make_model, y, o, H):
    out = np.empty(H)
    for h in range(1, H + 1):
        ps = np.arange(28, o - h + 1)
        m = make_model()
        m.fit(np.vstack([_features(y, p, h) for p in ps]), np.asarray(y)[ps + h - 1].astype(float))
        out[h - 1] = np.ravel(m.predict(_features(y, o, h)[None, :]))[0]
    return out


def direct_forecast__right_by_targets(make_model, y, o, H):
    past = np.array(y[:o], dtype=float)

    def one(h):
        rows, targets = [], []
        for day in range(28 + h - 1, o):
            rows.append(_features(past, day - h + 1, h))
            targets.append(past[day])
        model = make_model()
        model.fit(np.array(rows), np.array(targets))
        return float(np.asarray(model.predict([_features(past, o, h)]))[0])

    return np.array([one(h) for h in range(1, H + 1)])


def _direct_again(
    make_model,
    y,
    o,
    H,
    first=28,
    last=lambda o, h: o - h + 1,
    train_h=None,
    shared=False,
    post=None,
):
    z = np.array(y, float)
    out, m = [], make_model() if shared else None
    for h in range(1, H + 1):
        g = h if train_h is None else train_h
        ps = [p for p in range(first, last(o, h)) if p + g - 1 < len(z)]
        m = m if shared else make_model()
        m.fit(np.array([_features(z, p, g) for p in ps]), np.array([z[p + g - 1] for p in ps]))
        out.append(float(np.ravel(m.predict(_features(z, o, h)[None]))[0]))
    return np.array(out) if post is None else post(np.array(out))


def direct_forecast__wrong_targets_after_origin_again(make_model, y, o, H):
    """Every p before o is used: targets at or after the origin leak in (shows from h = 2 on when y goes on)."""
    return _direct_again(make_model, y, o, H, last=lambda o, h: o)


def direct_forecast__wrong_same_origins_for_all(make_model, y, o, H):
    """All models learn from the origins that the longest distance allows: rows of shorter distances are lost."""
    return _direct_again(make_model, y, o, H, last=lambda o, h: o - H + 1)


def direct_forecast__wrong_one_origin_short(make_model, y, o, H):
    """range(28, o - h): the last origin whose target is already known is left out."""
    return _direct_again(make_model, y, o, H, last=lambda o, h: o - h)


def direct_forecast__wrong_one_step_model_for_all(make_model, y, o, H):
    """The one-day model forecasts every distance."""
    return _direct_again(make_model, y, o, H, train_h=1, last=lambda o, h: o)


def direct_forecast__wrong_recursive_again(make_model, y, o, H):
    """Recursive: feeds its own one-day forecasts back, instead of a model for each distance."""
    z = np.array(y[:o], float)
    m = make_model()
    m.fit(np.array([_features(z, p, 1) for p in range(28, o)]), z[28:o])
    for _ in range(H):
        z = np.append(z, np.ravel(m.predict(_features(z, len(z), 1)[None]))[0])
    return z[o:]


def direct_forecast__wrong_clipped_again(make_model, y, o, H):
    """Cuts off below 0; a forecast may be below 0, because the series may be one of logarithms."""
    return _direct_again(make_model, y, o, H, post=lambda f: np.maximum(f, 0))


def direct_forecast__wrong_starts_at_29(make_model, y, o, H):
    """The first origin is 29, not 28."""
    return _direct_again(make_model, y, o, H, first=29)


# ---- pooled_forecast


def pooled_forecast__right_function_base(make_model, Y, o, H):
    L = np.log(np.asarray(Y, dtype=float)[:o])

    def base(day, p, s):
        d = day
        while d >= p:
            d -= 7
        d = p - ((p - d - 1) % 7 + 1)
        return L[d - 49 : d + 1 : 7, s].mean()

    def row(p, h, s):
        return [L[p - j, s] - base(p - j, p, s) for j in range(1, 8)] + [h]

    X, t = [], []
    for s in range(L.shape[1]):
        for p in range(56, o):
            head = row(p, 0, s)[:7]
            for h in range(1, min(H, o - p) + 1):
                X.append([*head, h])
                t.append(L[p + h - 1, s] - base(p + h - 1, p, s))
    m = make_model()
    m.fit(np.array(X, dtype=float), np.array(t))
    out = np.empty((H, L.shape[1]))
    for s in range(L.shape[1]):
        for h in range(1, H + 1):
            out[h - 1, s] = np.exp(
                np.ravel(m.predict(np.array([row(o, h, s)], dtype=float)))[0]
                + base(o + h - 1, o, s)
            )
    return out


def _pool(
    make_model,
    Y,
    o,
    H,
    logs=np.log,
    weeks=8,
    back=np.exp,
    limit=lambda o, H, p: min(H, o - p),
    lags=lambda a: a[::-1],
    first=56,
    base_at=None,
    with_h=True,
    each=False,
    put_back=True,
):
    L = logs(np.asarray(Y, float)[:o] if limit(o, H, o - 1) <= 1 else np.asarray(Y, float))

    def base(p):
        return L[p - 7 * weeks : p].reshape(weeks, 7, -1).mean(axis=0)

    def inputs(p, s):
        b = base(p if base_at is None else base_at)
        if base_at is not None:
            b = np.roll(b, -((p - base_at) % 7), axis=0)
        return lags(L[p - 7 : p, s] - b[:, s]), b[:, s]

    S = L.shape[1]
    rows = {s: ([], []) for s in range(S)}
    for p in range(first, o):
        for s in range(S):
            x, b = inputs(p, s)
            for h in range(1, limit(o, H, p) + 1):
                if p + h - 1 < len(L):
                    rows[s][0].append([*x, h] if with_h else [*x, 0])
                    rows[s][1].append(L[p + h - 1, s] - b[(h - 1) % 7])
    out = np.empty((H, S))
    if not each:
        m = make_model()
        m.fit(
            np.array(sum((rows[s][0] for s in range(S)), []), float),
            np.array(sum((rows[s][1] for s in range(S)), [])),
        )
    for s in range(S):
        if each:
            m = make_model()
            m.fit(np.array(rows[s][0], float), np.array(rows[s][1]))
        x, b = inputs(o, s)
        f = np.ravel(
            m.predict(np.array([[*x, h] if with_h else [*x, 0] for h in range(1, H + 1)], float))
        )
        out[:, s] = back(f + (b[np.arange(H) % 7] if put_back else 0))
    return out


def pooled_forecast__right_reshape(make_model, Y, o, H):
    return _pool(make_model, Y, o, H)


def pooled_forecast__wrong_a_model_for_each_series(make_model, Y, o, H):
    """Fits a model for each series; one model that learns from all is asked."""
    return _pool(make_model, Y, o, H, each=True)


def pooled_forecast__wrong_leaks_targets(make_model, Y, o, H):
    """Uses rows whose target lies at or after the origin (shows when Y goes on)."""
    return _pool(make_model, Y, o, H, limit=lambda o, H, p: H)


def pooled_forecast__wrong_oldest_first_again(make_model, Y, o, H):
    """The seven lags come oldest first, not the latest first (shows for models that care for the order of columns)."""
    return _pool(make_model, Y, o, H, lags=lambda a: a)


def pooled_forecast__wrong_full_horizon_only(make_model, Y, o, H):
    """Uses only origins whose H targets are all known: rows near the origin are lost."""
    return _pool(make_model, Y, o, H, limit=lambda o, H, p: H if p + H <= o else 0)


def pooled_forecast__wrong_mean_before_log(make_model, Y, o, H):
    """The model learns differences from a base of plain sales: no logarithms at all."""
    return _pool(make_model, Y, o, H, logs=lambda a: a, back=lambda a: a)


def pooled_forecast__wrong_base_forgotten(make_model, Y, o, H):
    """The base is not put back: relative numbers about 1 are returned."""
    return _pool(make_model, Y, o, H, put_back=False)


def pooled_forecast__wrong_four_weeks(make_model, Y, o, H):
    """The base is the mean of four same weekdays, not of eight."""
    return _pool(make_model, Y, o, H, weeks=4)


def pooled_forecast__wrong_base_of_the_origin(make_model, Y, o, H):
    """The base of origin o is used for all training rows: it knows days after the earlier origins."""
    return _pool(make_model, Y, o, H, base_at=o)


def pooled_forecast__wrong_first_origin_57(make_model, Y, o, H):
    """The first origin is 57, not 56."""
    return _pool(make_model, Y, o, H, first=57)


# ---- inverse_mse_weights


def inverse_mse_weights__right_scaled(preds, y_val):
    y = np.asarray(y_val, float)
    k = ~np.isnan(y)
    root = {}
    for name, f in preds.items():
        e = np.abs(np.asarray(f, float)[k] - y[k])
        top = e.max()
        root[name] = top * math.sqrt(np.mean((e / top) ** 2)) if top > 0 else 0.0
    least = min(root.values())
    raw = {n: (1.0 if v == 0 else 0.0) if least == 0 else (least / v) ** 2 for n, v in root.items()}
    total = sum(raw.values())
    return {n: v / total for n, v in raw.items()}


def inverse_mse_weights__right_series(preds, y_val):
    e = pd.DataFrame({n: np.asarray(f, float) - np.asarray(y_val, float) for n, f in preds.items()})
    e = e[~np.isnan(np.asarray(y_val, float))]
    scale = e.abs().max()
    mse_root = scale * np.sqrt(((e / scale.where(scale > 0, 1.0)) ** 2).mean())
    if (mse_root == 0).any():
        w = (mse_root == 0).astype(float)
    else:
        w = (mse_root.min() / mse_root) ** 2
    return (w / w.sum()).to_dict()


def _mse(preds, y_val):
    return {
        n: float(np.nanmean((np.asarray(f, float) - np.asarray(y_val, float)) ** 2))
        for n, f in preds.items()
    }


def inverse_mse_weights__wrong_rmse(preds, y_val):
    """Proportional to 1 over the root of the mean squared error."""
    m = {n: math.sqrt(v) for n, v in _mse(preds, y_val).items()}
    z = [n for n in m if m[n] == 0]
    w = {n: float(n in z) for n in m} if z else {n: min(m.values()) / v for n, v in m.items()}
    return {n: v / sum(w.values()) for n, v in w.items()}


def inverse_mse_weights__wrong_one_over_infinite(preds, y_val):
    """1 / error is infinite for an error of 1e-155 squared: inf / inf gives NaN."""
    m = _mse(preds, y_val)
    z = [n for n in m if m[n] == 0]
    with np.errstate(all="ignore"):
        w = (
            {n: float(n in z) for n in m}
            if z
            else {n: float(np.float64(1) / v) for n, v in m.items()}
        )
        return {n: float(np.float64(v) / sum(w.values())) for n, v in w.items()}


def inverse_mse_weights__wrong_epsilon_again(preds, y_val):
    """Adds 1e-12 to each error: a perfect forecaster shares with others, and small errors are all alike."""
    w = {n: 1 / (v + 1e-12) for n, v in _mse(preds, y_val).items()}
    return {n: v / sum(w.values()) for n, v in w.items()}


def inverse_mse_weights__wrong_winner_takes_all(preds, y_val):
    """Of several perfect forecasters only the first gets all weight; they share it equally."""
    m = _mse(preds, y_val)
    for n, v in m.items():
        if v == 0:
            return {k: float(k == n) for k in m}
    w = {n: min(m.values()) / v for n, v in m.items()}
    return {n: v / sum(w.values()) for n, v in w.items()}


def inverse_mse_weights__wrong_closed_is_zero_again(preds, y_val):
    """A closed day counts as sales of 0 instead of being left out."""
    m = _mse(preds, np.nan_to_num(np.asarray(y_val, float)))
    z = [n for n in m if m[n] == 0]
    w = {n: float(n in z) for n in m} if z else {n: min(m.values()) / v for n, v in m.items()}
    return {n: v / sum(w.values()) for n, v in w.items()}


def inverse_mse_weights__wrong_nan_mean(preds, y_val):
    """np.mean of errors with a closed day is NaN for everybody."""
    m = {n: np.mean((np.asarray(f, float) - y_val) ** 2) for n, f in preds.items()}
    z = [n for n in m if m[n] == 0]
    w = {n: float(n in z) for n in m} if z else {n: min(m.values()) / v for n, v in m.items()}
    return {n: float(v / sum(w.values())) for n, v in w.items()}


def inverse_mse_weights__wrong_absolute(preds, y_val):
    """Mean absolute errors instead of squared ones."""
    m = {
        n: float(np.nanmean(abs(np.asarray(f, float) - np.asarray(y_val, float))))
        for n, f in preds.items()
    }
    z = [n for n in m if m[n] == 0]
    w = {n: float(n in z) for n in m} if z else {n: min(m.values()) / v for n, v in m.items()}
    return {n: v / sum(w.values()) for n, v in w.items()}


# ---- pinball_loss


def pinball_loss__right_two_columns(y, f, q):
    y, f, q = np.asarray(y).astype(float), np.asarray(f, float), np.asarray(q, float)
    k = ~np.isnan(y)
    if not k.any():
        return np.full(q.shape, np.nan)
    d = y[k][:, None] - f[k]
    return np.maximum(q * d, (q - 1) * d).mean(axis=0)


def pinball_loss__right_loops(y, f, q):
    out = []
    for j, level in enumerate(np.asarray(q).tolist()):
        costs = []
        for v, g in zip(np.asarray(y, float).tolist(), np.asarray(f, float)[:, j].tolist()):
            if not math.isnan(v):
                costs.append(level * (v - g) if v > g else (1 - level) * (g - v))
        out.append(sum(costs) / len(costs) if costs else math.nan)
    return np.array(out)


def pinball_loss__wrong_prices_exchanged_again(y, f, q):
    """q is paid for a unit too high, and 1 - q for a unit too low."""
    return pinball_loss__right_two_columns(y, f, 1 - np.asarray(q, float))


def pinball_loss__wrong_narrow_type(y, f, q):
    """The difference is taken in the type of y and f: unsigned integers wrap around (shows for integer inputs of both)."""
    y, f, q = np.asarray(y), np.asarray(f), np.asarray(q, float)
    d = y[:, None] - (f.astype(y.dtype) if y.dtype.kind in "ui" else f)
    with np.errstate(all="ignore"):
        return np.nanmean(np.maximum(q * d, (q - 1) * d), axis=0)


def pinball_loss__wrong_closed_counted(y, f, q):
    """Divides by all days, closed ones included: too small."""
    y, f, q = np.asarray(y, float), np.asarray(f, float), np.asarray(q, float)
    d = y[:, None] - f
    n = len(y)
    return np.nansum(np.maximum(q * d, (q - 1) * d), axis=0) / n if n else np.full(q.shape, np.nan)


def pinball_loss__wrong_nan_kept(y, f, q):
    """mean() with a closed day is NaN for every quantile."""
    d = np.asarray(y, float)[:, None] - np.asarray(f, float)
    return np.maximum(q * d, (np.asarray(q) - 1) * d).mean(axis=0)


def pinball_loss__wrong_mean_of_all(y, f, q):
    """One mean over days and quantiles together instead of one for each quantile."""
    return np.atleast_1d(pinball_loss__right_two_columns(y, f, q).mean())


def pinball_loss__wrong_doubled(y, f, q):
    """Twice the pinball loss, as some libraries define it: both prices add up to 2."""
    return 2 * pinball_loss__right_two_columns(y, f, q)


# ---- conformal_interval


def _radius(y_past, f_past, level):
    y, f = np.asarray(y_past, float), np.asarray(f_past, float)
    k = ~np.isnan(y)
    s = np.sort(np.abs(y[k] - f[k]) / f[k])
    r = math.ceil(round(level * (len(s) + 1), 9))
    return s[r - 1] if r <= len(s) else math.inf


def conformal_interval__right_loop_over_ranks(y_past, f_past, f_new, level):
    s = sorted(
        abs(v - g) / g
        for v, g in zip(np.asarray(y_past, float).tolist(), np.asarray(f_past, float).tolist())
        if v == v
    )
    need = round(level * (len(s) + 1), 9)
    radius = next((v for k, v in enumerate(s, 1) if k >= need), math.inf)
    return np.array(
        [[max(0.0, g - radius * g), g + radius * g] for g in np.asarray(f_new, float).tolist()]
    ).reshape(-1, 2)


def conformal_interval__right_padded(y_past, f_past, f_new, level):
    y, f, g = (np.asarray(v, float) for v in (y_past, f_past, f_new))
    s = (np.abs(y - f) / f)[~np.isnan(y)]
    s = np.append(np.sort(s), np.inf)
    r = s[int(np.ceil(np.round(level * s.size, 9))) - 1]
    return np.stack([np.clip(g * (1 - r), 0, None), g * (1 + r)], axis=1)


def _ends_again(g, r):
    g = np.asarray(g, float)
    return np.column_stack([np.maximum(g - r * g, 0), g + r * g])


def conformal_interval__wrong_plain_quantile(y_past, f_past, f_new, level):
    """The empirical quantile of the scores, without the rank of the new one (n, not n + 1): too narrow with few scores, and never infinite."""
    y, f = np.asarray(y_past, float), np.asarray(f_past, float)
    return _ends_again(f_new, np.nanquantile(np.abs(y - f) / f, level))


def conformal_interval__wrong_n_not_n_plus_one_again(y_past, f_past, f_new, level):
    """The rank is ceil(level * n): the new score is left out of the ranks."""
    y, f = np.asarray(y_past, float), np.asarray(f_past, float)
    k = ~np.isnan(y)
    s = np.sort(np.abs(y[k] - f[k]) / f[k])
    return _ends_again(f_new, s[math.ceil(round(level * len(s), 9)) - 1] if len(s) else np.inf)


def conformal_interval__wrong_largest_instead_of_infinite(y_past, f_past, f_new, level):
    """The rank is cut off at n: the largest score is used where the radius is infinite."""
    y, f = np.asarray(y_past, float), np.asarray(f_past, float)
    k = ~np.isnan(y)
    s = np.sort(np.abs(y[k] - f[k]) / f[k])
    return _ends_again(
        f_new, s[min(math.ceil(round(level * (len(s) + 1), 9)), len(s)) - 1] if len(s) else np.inf
    )


def conformal_interval__wrong_binary_rank(y_past, f_past, f_new, level):
    """ceil without rounding: where level * (n + 1) comes out a little above a whole number (0.55 of 100, 0.14 of 50) the rank is one too high; 0.7 of 10 does not show it, because it is 7.0 in floating point."""
    y, f = np.asarray(y_past, float), np.asarray(f_past, float)
    k = ~np.isnan(y)
    s = np.sort(np.abs(y[k] - f[k]) / f[k])
    r = math.ceil(level * (len(s) + 1))
    return _ends_again(f_new, s[r - 1] if r <= len(s) else np.inf)


def conformal_interval__wrong_negative_lower_end(y_past, f_past, f_new, level):
    """Lower ends below 0 where the radius is above 1."""
    r, g = _radius(y_past, f_past, level), np.asarray(f_new, float)
    return np.column_stack([g - r * g, g + r * g])


def conformal_interval__wrong_absolute_scores(y_past, f_past, f_new, level):
    """Absolute errors, not shares of the forecast: the same width for every day."""
    y, f, g = np.asarray(y_past, float), np.asarray(f_past, float), np.asarray(f_new, float)
    r = _radius(np.abs(y - f) + 1, np.ones_like(f), level)
    return np.column_stack([np.maximum(g - r, 0), g + r])


def conformal_interval__wrong_share_of_sales_again(y_past, f_past, f_new, level):
    """The error as a share of sales, not of the forecast."""
    y, f = np.asarray(y_past, float), np.asarray(f_past, float)
    with np.errstate(all="ignore"):
        s = np.sort((np.abs(y - f) / y)[~np.isnan(y)])
    r = math.ceil(round(level * (len(s) + 1), 9))
    return _ends_again(f_new, s[r - 1] if r <= len(s) else np.inf)


# ---- order_quantity


def order_quantity__right_fractions(samples, cu, co):
    s = sorted(float(v) for v in np.asarray(samples).ravel())
    u, o = Fraction(str(cu)), Fraction(str(co))
    return s[math.ceil(u / (u + o) * len(s)) - 1]


def order_quantity__right_searched_rank(samples, cu, co):
    s = np.sort(np.asarray(samples).astype(float))
    need = round(len(s) * cu / (cu + co), 9)
    return float(s[np.searchsorted(np.arange(1, len(s) + 1), need)])


def order_quantity__wrong_interpolated(samples, cu, co):
    """np.quantile interpolates between samples: not one of the samples."""
    return float(np.quantile(np.asarray(samples, float), cu / (cu + co)))


def order_quantity__wrong_ratio_turned(samples, cu, co):
    """co / (cu + co): the two costs are exchanged."""
    return order_quantity__right_searched_rank(samples, co, cu)


def order_quantity__wrong_binary_ceiling(samples, cu, co):
    """ceil without rounding to nine decimals: one sample too high where the product is a little above a whole number."""
    s = np.sort(np.asarray(samples, float))
    return float(s[min(math.ceil(cu / (cu + co) * len(s)), len(s)) - 1])


def order_quantity__wrong_floor_index_again(samples, cu, co):
    """int(ratio * n) as an index from 0: the larger of two equally good samples where the product is whole."""
    s = np.sort(np.asarray(samples, float))
    return float(s[min(int(round(cu / (cu + co) * len(s), 9)), len(s) - 1)])


def order_quantity__wrong_ratio_of_costs(samples, cu, co):
    """cu / co is used as the share to cover."""
    s = np.sort(np.asarray(samples, float))
    return float(s[max(min(math.ceil(round(cu / co * len(s), 9)), len(s)), 1) - 1])


def order_quantity__wrong_unsorted_again(samples, cu, co):
    """The samples are taken as sorted; they come in any order."""
    s = np.asarray(samples, float)
    return float(s[math.ceil(round(cu / (cu + co) * len(s), 9)) - 1])


def order_quantity__wrong_distinct_samples(samples, cu, co):
    """np.unique drops repeated demands, which are more likely ones."""
    return order_quantity__right_searched_rank(np.unique(samples), cu, co)


def order_quantity__wrong_mean_demand(samples, cu, co):
    """The sample nearest to mean demand: the costs play no part."""
    s = np.asarray(samples, float)
    return float(s[np.abs(s - s.mean()).argmin()])


# What is true of wrong answers, among what the check knows.


_BL_WEIGHTS = [Fraction(k, 4) for k in range(5)]


def _bl_error(y, window, h, defect=None):
    n = len(y)

    def said(origin, block):
        out = []
        for t in range(block, block + h):
            if defect == "window_ends_at_target":
                days = y[t - window + 1 : t + 1]
            elif defect == "window_moves_on":
                days = y[t - window : t]
            elif defect == "shuffled_validation" and block == n - 2 * h:
                days = y[origin - window : origin] + y[n - h :]
            else:
                days = y[origin - window : origin]
            out.append((y[origin - 1], Fraction(sum(days), len(days)), y[t]))
        return out

    def error(w, origin, block):
        return sum(abs(w * mean + (1 - w) * last - t) for last, mean, t in said(origin, block)) / h

    val, test = n - 2 * h, n - h
    judge = test if defect == "weight_from_test" else val
    best = min(_BL_WEIGHTS, key=lambda w: error(w, judge, judge))
    if defect == "validation_reported":
        return error(best, val, val)
    return error(best, val if defect == "stale_origin" else test, test)


def break_blend__right_one_for_all(defect):
    """One series shows all six defects."""
    return [26, 73, 49, 26, 36, 13, 3, 15, 72, 95, 1, 69], 3, 3


def break_blend__right_shortest(defect):
    """Six days only, window + 2 h of them, found by a search in a fixed order."""
    rng = random.Random(11)
    while True:
        y = [rng.randint(0, 9) for _ in range(6)]
        if _bl_error(y, 2, 2) != _bl_error(y, 2, 2, defect):
            return y, 2, 2


def break_blend__right_random_shape(defect):
    """Window and h drawn too; the errors must differ by more than 1."""
    rng = random.Random(defect)
    while True:
        window, h = rng.randint(2, 7), rng.randint(2, 6)
        y = [rng.randint(0, 99) for _ in range(20)]
        if len(y) < window + 2 * h:
            continue
        if abs(_bl_error(y, window, h) - _bl_error(y, window, h, defect)) > 1:
            return y, window, h


def break_blend__right_limits(defect):
    """Days of 0 and 99, a window of 6 and blocks of 7: exactly 20 days."""
    rng = random.Random(5)
    while True:
        y = [rng.choice((0, 99)) for _ in range(20)]
        if _bl_error(y, 6, 7) != _bl_error(y, 6, 7, defect):
            return y, 6, 7


def _bl_patched(defect, wanted, case):
    return case if defect == wanted else break_blend__right_one_for_all(defect)


def break_blend__wrong_blocks_of_one_day(defect):
    """window_moves_on with h = 1: the day to forecast is the origin, so nothing moves."""
    return _bl_patched(defect, "window_moves_on", ([26, 73, 49, 26, 36, 13, 3], 3, 1))


def break_blend__wrong_other_weight_same_error(defect):
    """weight_from_test: another weight is chosen, but its error in the test is the same."""
    return _bl_patched(defect, "weight_from_test", ([13, 12, 10, 19, 18, 2, 15, 7, 20], 3, 2))


def break_blend__wrong_other_mean_same_weight(defect):
    """shuffled_validation: the mean changes, the weight (between 0 and 1) does not."""
    return _bl_patched(defect, "shuffled_validation", ([9, 4, 14, 8, 15, 5, 14, 16, 1], 3, 2))


def break_blend__wrong_mean_without_weight(defect):
    """window_ends_at_target: the last day gets all weight, so nobody sees the mean."""
    return _bl_patched(defect, "window_ends_at_target", ([5, 4, 4, 14, 11, 9, 12, 7, 3], 3, 2))


def break_blend__wrong_stale_is_as_good(defect):
    """stale_origin: other forecasts of the test, but with the same mean absolute error."""
    return _bl_patched(defect, "stale_origin", ([6, 9, 2, 3, 7, 12, 10, 15, 3], 3, 2))


def break_blend__wrong_validation_as_good(defect):
    """validation_reported: validation and test have the same error."""
    y = [7, 16, 17, 6, 10, 10, 16, 12, 18]
    return _bl_patched(defect, "validation_reported", (y, 3, 2))


def break_blend__wrong_largest_of_equals(defect):
    """shuffled_validation: differs only if the largest of equal weights is taken."""
    y = [17, 10, 13, 9, 10, 11, 8, 10, 16]
    return _bl_patched(defect, "shuffled_validation", (y, 3, 2))


def break_blend__wrong_largest_of_equals_in_test(defect):
    """weight_from_test: differs only if the largest of equal weights is taken."""
    y = [9, 16, 13, 17, 16, 13, 19, 20, 18]
    return _bl_patched(defect, "weight_from_test", (y, 3, 2))


def break_blend__wrong_window_of_one(defect):
    """weight_from_test with a window of 1: mean and last day are one, all weights are equal."""
    return _bl_patched(defect, "weight_from_test", ([26, 73, 49, 26, 36, 13, 3, 15, 72], 1, 3))


def break_blend__wrong_a_day_short(defect):
    """validation_reported: window + 2 h - 1 days, so the window of validation is not full."""
    return _bl_patched(defect, "validation_reported", ([26, 73, 49, 26, 36, 13, 3], 4, 2))


def origin_features__right_cut_first_once_more(y, o, h):
    """Cuts, turns into floats, then slices."""
    known = np.asarray(y[:o], dtype=float)
    target = o + h - 1
    same = target - 7 * ((h - 1) // 7 + 1)
    week = np.zeros(7)
    week[target % 7] = 1
    return np.concatenate([known[:-8:-1], [known[same], known[-28:].mean()], week])


def origin_features__right_loops(y, o, h):
    """Plain Python: a dict by weekday that later days overwrite; exact mean."""
    latest, total = {}, Fraction(0)
    for t in range(o - 28, o):
        latest[t % 7] = float(y[t])
        total += Fraction(y[t].item())
    target = (o + h - 1) % 7
    out = [float(y[t]) for t in range(o - 1, o - 8, -1)]
    out += [latest[target], float(total / 28)]
    return np.array(out + [float(d == target) for d in range(7)])


def origin_features__right_pandas_once_more(y, o, h):
    """Series with groupby by weekday."""
    known = pd.Series(np.array(y[:o], dtype="float64"))
    weekday = (o + h - 1) % 7
    out = pd.Series(0.0, index=range(16))
    out.iloc[:7] = known.iloc[-7:].iloc[::-1].to_numpy()
    out.iloc[7] = known.groupby(known.index % 7).last()[weekday]
    out.iloc[8] = known.tail(28).mean()
    out.iloc[9 + weekday] = 1.0
    return out.to_numpy()


def origin_features__right_four_weeks(y, o, h):
    """The four weeks before the origin as a 4 x 7 table, read by (h - 1) % 7."""
    table = y[o - 28 : o].reshape(4, 7).astype(np.float64)
    return np.hstack(
        (
            table[3, ::-1],
            table[3].take((h - 1) % 7),
            math.fsum(table.ravel()) / 28,
            np.roll(np.eye(7)[0], o + h - 1),
        )
    )


def _more_of(y, o, h, same):
    known = np.asarray(y[:o], dtype=float)
    return np.r_[known[:-8:-1], known[same], known[-28:].mean(), np.eye(7)[(o + h - 1) % 7]]


def origin_features__wrong_two_weeks_at_most_once_more(y, o, h):
    """Goes back one week or two: wrong from h = 15 on (the day is not known: IndexError)."""
    y = np.asarray(y)
    target = o + h - 1
    same = target - 7 if h <= 7 else target - 14
    known = y.astype(float)
    return np.r_[
        known[o - 7 : o][::-1], known[same], known[o - 28 : o].mean(), np.eye(7)[target % 7]
    ]


def origin_features__wrong_week_border(y, o, h):
    """h // 7 + 1 weeks back: a week too far for h = 7."""
    return _more_of(y, o, h, o + h - 1 - 7 * (h // 7 + 1))


def origin_features__wrong_index_turns_positive(y, o, h):
    """known[h - 8] counts from the end up to h = 7; for h = 8 it is day 0."""
    return _more_of(y, o, h, min(h - 8, o - 1))


def origin_features__wrong_origin_is_known(y, o, h):
    """Steps back while the day is *above* o: h = 8 from o takes day o, not known."""
    y = np.asarray(y, dtype=float)
    day = o + h - 8
    while day > o:
        day -= 7
    return np.r_[y[o - 7 : o][::-1], y[day], y[o - 28 : o].mean(), np.eye(7)[(o + h - 1) % 7]]


def origin_features__wrong_mask_times_nan(y, o, h):
    """Mean by a mask of zeros and ones: 0 * NaN is NaN when y holds NaN from o on."""
    y = np.asarray(y, dtype=float)
    day = np.arange(len(y))
    out = _more_of(y, o, h, o - 7 + (h - 1) % 7)
    out[8] = (y * ((day >= o - 28) & (day < o))).sum() / 28
    return out


def origin_features__wrong_sum_of_narrow(y, o, h):
    """sum() of uint8 numbers wraps: 28 days of 200."""
    out = _more_of(y, o, h, o - 7 + (h - 1) % 7)
    with np.errstate(over="ignore"):
        out[8] = sum(y[o - 28 : o]) / 28
    return out


def origin_features__wrong_future_blanked(y, o, h):
    """Blanks what comes from o on, in the argument itself."""
    y[o:] = 0
    return _more_of(y, o, h, o - 7 + (h - 1) % 7)


_OF_SEEN = {}


def origin_features__wrong_remembered(y, o, h):
    """Remembers by length, origin and distance: a second series gets the first one's numbers."""
    key = (len(y), o, h)
    if key not in _OF_SEEN:
        _OF_SEEN[key] = _more_of(y, o, h, o - 7 + (h - 1) % 7)
    return _OF_SEEN[key].copy()


def _kf_want(y, o, h):
    days = [float(v) for v in y[:o]]
    same = o + h - 1
    while same >= o:
        same -= 7
    week = [0.0] * 7
    week[(o + h - 1) % 7] = 1.0
    return days[:-8:-1] + [days[same], math.fsum(days[-28:]) / 28] + week


def _kf_agrees(fn, y, o, h, rtol=1e-9):
    before = y.copy()
    got = np.asarray(fn(y, o, h))
    same = np.array_equal(y, before, equal_nan=y.dtype.kind == "f")
    return bool(
        same
        and got.shape == (16,)
        and np.allclose(got, _kf_want(before, o, h), rtol=rtol, atol=1e-9)
    )


def _kf_series(kind="float", n=60):
    rng = np.random.default_rng(6)
    return (rng.gamma(0.5, 40, n) + 0.25 if kind == "float" else rng.integers(0, 256, n)).astype(
        kind
    )


_KF_AHEAD = (1, 2, 3, 6, 7, 8, 9, 14, 15, 16, 22, 30)


def kill_features__right_grid(fn):
    """Origins and distances on a grid, futures of NaN and none, floats and uint8."""
    for o in (28, 31, 40, 47):
        for h in _KF_AHEAD:
            y = _kf_series()
            blank = y.copy()
            blank[o:] = np.nan
            cut, small = y[:o].copy(), _kf_series("uint8")
            if not all(_kf_agrees(fn, one, o, h) for one in (y, blank, cut, small)):
                return False
    return True


def kill_features__right_random_once_more(fn):
    """200 random cases; an exception of the implementation is False."""
    rng = np.random.default_rng(2)
    try:
        for _ in range(200):
            o, h = int(rng.integers(28, 70)), int(rng.integers(1, 40))
            y = rng.integers(0, 127, o + int(rng.integers(0, 40))).astype(
                rng.choice(["float64", "int8", "uint8", "int64"])
            )
            if y.dtype.kind == "f" and rng.random() < 0.5:
                y[o:] = np.nan
            if not _kf_agrees(fn, y, o, h):
                return False
    except Exception:
        return False
    return True


def kill_features__right_three_parts(fn):
    """Compares lags, the two numbers and the weekday apart, on one series of squares modulo."""
    y = np.array([(t * t * 37 + 11 * t) % 251 for t in range(90)], dtype=np.uint8)
    for kind in (np.uint8, np.float64):
        for o in (29, 33, 38, 52, 63):
            for h in _KF_AHEAD:
                mine = y.astype(kind)
                if kind is np.float64:
                    mine[o:] = math.nan
                got, want = [float(v) for v in fn(mine, o, h)], _kf_want(y, o, h)
                if len(got) != 16 or got[:8] != want[:8] or got[9:] != want[9:]:
                    return False
                if not abs(got[8] - want[8]) <= 1e-9 or mine[:o].tolist() != y[:o].tolist():
                    return False
                if kind is np.float64 and not np.isnan(mine[o:]).all():
                    return False
                if kind is np.uint8 and not np.array_equal(mine, y):
                    return False
    return True


def kill_features__right_asserts(fn):
    """Raises AssertionError for a wrong one, True otherwise."""
    for kind in ("float", "uint8"):
        for o in range(28, 42, 2):
            for h in range(1, 24):
                y = _kf_series(kind)
                if kind == "float" and h % 2:
                    y[o:] = np.nan
                keep = y.copy()
                np.testing.assert_allclose(fn(y, o, h), _kf_want(keep, o, h), rtol=1e-10)
                np.testing.assert_array_equal(y, keep)
    return True


def kill_features__wrong_exact_mean_once_more(fn):
    """Compares the mean with ==: refuses a right one that sums in another order."""
    for o in (28, 31, 40, 47):
        for h in _KF_AHEAD:
            y = _kf_series()
            want = np.array(_kf_want(y, o, h))
            want[8] = y[o - 28 : o].mean()
            if not np.array_equal(fn(y, o, h), want):
                return False
    return kill_features__right_grid(fn)


def kill_features__wrong_whole_weeks(fn):
    """Origins are multiples of 7: misses a weekday or a lag counted from the origin."""
    return all(
        _kf_agrees(fn, one, o, h)
        for o in (28, 35, 42, 49)
        for h in _KF_AHEAD
        for one in (_kf_series(), _kf_series()[:o].copy(), _kf_series("uint8"))
    )


def kill_features__wrong_ends_at_origin_once_more(fn):
    """y always ends at the origin: misses y[-7:] and y[-28:] of a longer y."""
    return all(
        _kf_agrees(fn, _kf_series(kind)[:o].copy(), o, h)
        for kind in ("float", "uint8")
        for o in (28, 31, 40, 47)
        for h in _KF_AHEAD
    )


def kill_features__wrong_one_week_ahead(fn):
    """h up to 7 only: misses the day of a week before the target, where that is not known."""
    return all(
        _kf_agrees(fn, one, o, h)
        for o in (28, 31, 40, 47)
        for h in range(1, 8)
        for one in (_kf_series(), _kf_series()[:o].copy(), _kf_series("uint8"))
    )


def kill_features__wrong_two_weeks_ahead(fn):
    """h up to 14 only: misses one that never goes back more than two weeks."""
    for o in (28, 31, 40, 47):
        for h in range(1, 15):
            y = _kf_series()
            blank = y.copy()
            blank[o:] = np.nan
            if not all(_kf_agrees(fn, one, o, h) for one in (y, blank, _kf_series("uint8"))):
                return False
    return True


def kill_features__wrong_lags_as_a_set(fn):
    """Compares the seven lags sorted: misses the oldest first."""
    for o in (28, 31, 40, 47):
        for h in _KF_AHEAD:
            for y in (_kf_series(), _kf_series()[:o].copy(), _kf_series("uint8")):
                keep = y.copy()
                got, want = np.array(fn(y, o, h)), np.array(_kf_want(y, o, h))
                got[:7].sort()
                want[:7].sort()
                if not (np.allclose(got, want) and np.array_equal(y, keep)):
                    return False
    return True


def kill_features__wrong_list_given(fn):
    """Gives a list too: refuses a right one that calls y[:o].mean() or y.astype."""
    y = _kf_series()
    if not np.allclose(fn(y.tolist(), 31, 9), _kf_want(y, 31, 9)):
        return False
    return kill_features__right_grid(fn)


def direct_forecast__right_loops_once_more(make_model, y, o, H):
    """Two loops."""
    out = []
    for h in range(1, H + 1):
        X = np.array([_more_of(y, p, h, p - 7 + (h - 1) % 7) for p in range(28, o - h + 1)])
        t = np.array([y[p + h - 1] for p in range(28, o - h + 1)])
        model = make_model()
        model.fit(X, t)
        out.append(float(model.predict(_more_of(y, o, h, o - 7 + (h - 1) % 7)[None])[0]))
    return np.array(out)


def direct_forecast__right_by_target(make_model, y, o, H):
    """Runs over target days, cuts the series first, fills lists for all distances at once."""
    y = np.array(y[:o], dtype=float)
    rows, targets = defaultdict(list), defaultdict(list)
    for day in range(28, o):
        for h in range(1, min(H, day - 27) + 1):
            rows[h].append(origin_features__right_loops(y, day - h + 1, h))
            targets[h].append(y[day])
    forecast = np.full(H, np.nan)
    for h in range(H, 0, -1):
        model = make_model()
        model.fit(np.vstack(rows[h]), np.array(targets[h]))
        forecast[h - 1] = np.ravel(
            model.predict(_more_of(y, o, h, o - 7 + (h - 1) % 7).reshape(1, -1))
        )[0]
    return forecast


def direct_forecast__right_windows(make_model, y, o, H):
    """One table of windows of 28 days serves all distances; only two columns change."""
    y = np.asarray(y[:o], dtype=np.float64)
    windows = np.lib.stride_tricks.sliding_window_view(y, 28)
    origins = np.arange(28, o + 1)

    def table(h):
        week = np.eye(7)[(origins + h - 1) % 7]
        return np.column_stack(
            [windows[:, :20:-1], windows[:, 21 + (h - 1) % 7], windows.mean(axis=1), week]
        )

    forecast = []
    for h in range(1, H + 1):
        X = table(h)
        model = make_model()
        model.fit(X[: o - h - 27], y[27 + h :])
        forecast.extend(np.asarray(model.predict(X[-1:]), dtype=float).ravel())
    return np.array(forecast)


def direct_forecast__right_frames(make_model, y, o, H):
    """A helper for one distance, models kept in a list until all are fitted."""

    def fitted(h):
        data = pd.DataFrame([_more_of(y, p, h, p - 7 + (h - 1) % 7) for p in range(28, o)])
        data["target"] = pd.Series(
            [float(y[p + h - 1]) if p + h - 1 < o else None for p in range(28, o)]
        )
        data = data.iloc[: o - h - 27]
        model = make_model()
        model.fit(data.iloc[:, :16].to_numpy(), data["target"].to_numpy(dtype=float))
        return model

    models = [fitted(h) for h in range(1, H + 1)]
    return np.concatenate(
        [
            np.asarray(
                m.predict(_more_of(y, o, h, o - 7 + (h - 1) % 7)[np.newaxis, :]), dtype=float
            )
            for h, m in enumerate(models, 1)
        ]
    )


def _df_rows(y, o, h):
    X = np.array([_more_of(y, p, h, p - 7 + (h - 1) % 7) for p in range(28, o - h + 1)])
    return X, np.asarray(y[27 + h : o], dtype=float)


def _df_new(y, o, h):
    return _more_of(y, o, h, o - 7 + (h - 1) % 7)[None]


def direct_forecast__wrong_one_model_refitted_once_more(make_model, y, o, H):
    """One model, fitted H times: wrong for a model with a memory (warm_start)."""
    model, out = make_model(), []
    for h in range(1, H + 1):
        model.fit(*_df_rows(y, o, h))
        out.append(model.predict(_df_new(y, o, h))[0])
    return np.array(out, dtype=float)


def direct_forecast__wrong_asked_about_tomorrow(make_model, y, o, H):
    """Every model is asked about origin_features(y, o, 1): a model that copies column 7, H = 2."""
    out = []
    for h in range(1, H + 1):
        model = make_model()
        model.fit(*_df_rows(y, o, h))
        out.append(model.predict(_df_new(y, o, 1))[0])
    return np.array(out, dtype=float)


def direct_forecast__wrong_trained_on_tomorrow(make_model, y, o, H):
    """Inputs of training are of one day ahead for every distance: 1-nearest neighbour, H = 2."""
    out = []
    for h in range(1, H + 1):
        X, t = _df_rows(y, o, h)
        model = make_model()
        model.fit(_df_rows(y, o, 1)[0][: len(t)], t)
        out.append(model.predict(_df_new(y, o, h))[0])
    return np.array(out, dtype=float)


def direct_forecast__wrong_features_of_the_end(make_model, y, o, H):
    """Late binding: functions in a list all use the last h, when asked after the loop."""
    models, rows = [], []
    for h in range(1, H + 1):
        model = make_model()
        model.fit(*_df_rows(y, o, h))
        models.append(model)
        rows.append(lambda: _df_new(y, o, h))  # noqa: B023
    return np.array([m.predict(r())[0] for m, r in zip(models, rows, strict=True)], dtype=float)


def direct_forecast__wrong_eight_weeks_of_origins(make_model, y, o, H):
    """Learns from the last 56 origins only: wrong from o = 86 on."""
    out = []
    for h in range(1, H + 1):
        X, t = _df_rows(y, o, h)
        model = make_model()
        model.fit(X[-56:], t[-56:])
        out.append(model.predict(_df_new(y, o, h))[0])
    return np.array(out, dtype=float)


def direct_forecast__wrong_scaled_inputs(make_model, y, o, H):
    """Standardises the inputs first: a 1-nearest neighbour finds another neighbour."""
    out = []
    for h in range(1, H + 1):
        X, t = _df_rows(y, o, h)
        centre, spread = X.mean(axis=0), X.std(axis=0)
        spread[spread == 0] = 1
        model = make_model()
        model.fit((X - centre) / spread, t)
        out.append(model.predict((_df_new(y, o, h) - centre) / spread)[0])
    return np.array(out, dtype=float)


def direct_forecast__wrong_closed_days_dropped(make_model, y, o, H):
    """Rows whose target is 0 are left out: any y with a 0 from day 28 on."""
    out = []
    for h in range(1, H + 1):
        X, t = _df_rows(y, o, h)
        keep = t != 0
        model = make_model()
        model.fit(X[keep], t[keep])
        out.append(model.predict(_df_new(y, o, h))[0])
    return np.array(out, dtype=float)


def direct_forecast__wrong_single_row(make_model, y, o, H):
    """Asks about a vector and not a table: scikit-learn raises, the dummy does not."""
    out = []
    for h in range(1, H + 1):
        model = make_model()
        model.fit(*_df_rows(y, o, h))
        out.append(np.ravel(model.predict(_df_new(y, o, h)[0]))[0])
    return np.array(out, dtype=float)


def direct_forecast__wrong_clone(make_model, y, o, H):
    """Clones one prototype: TypeError for a plain class with fit and predict only."""
    prototype, out = make_model(), []
    for h in range(1, H + 1):
        model = clone(prototype)
        model.fit(*_df_rows(y, o, h))
        out.append(model.predict(_df_new(y, o, h))[0])
    return np.array(out, dtype=float)


def direct_forecast__wrong_rows_to_the_end(make_model, y, o, H):
    """Takes the rows whose target is not NaN, so learns from days after o when y holds them."""
    y = np.asarray(y, dtype=float)
    out = []
    for h in range(1, H + 1):
        origins = [p for p in range(28, len(y) - h + 1) if not np.isnan(y[p : p + h]).any()]
        origins = [p for p in origins if not np.isnan(y[p - 28 : p]).any()]
        model = make_model()
        model.fit(np.vstack([_df_new(y, p, h) for p in origins]), y[np.array(origins) + h - 1])
        out.append(model.predict(_df_new(y, o, h))[0])
    return np.array(out, dtype=float)


def _pf_base(logs, p):
    """Base of the seven weekdays, that of day p first."""
    return logs[p - 56 : p].reshape(8, 7, -1).mean(axis=0)


def _pf_inputs(logs, p, h):
    """One row for each series."""
    recent = (logs[p - 7 : p] - _pf_base(logs, p))[::-1]
    return np.column_stack([recent.T, np.full(logs.shape[1], float(h))])


def pooled_forecast__right_tables(make_model, Y, o, H):
    """Blocks of one row per series for each origin and distance."""
    logs = np.log(np.asarray(Y[:o], dtype=float))
    X, t = [], []
    for p in range(56, o):
        base = _pf_base(logs, p)
        for h in range(1, min(H, o - p) + 1):
            X.append(_pf_inputs(logs, p, h))
            t.append(logs[p + h - 1] - base[(h - 1) % 7])
    model = make_model()
    model.fit(np.vstack(X), np.concatenate(t))
    base = _pf_base(logs, o)
    return np.exp(
        [model.predict(_pf_inputs(logs, o, h)) + base[(h - 1) % 7] for h in range(1, H + 1)]
    )


def _pf_scalar(Y, p, h, s):
    """Inputs, and base of the target, of one row in plain Python."""

    def base(day):
        last = max(q for q in range(p - 7, p) if (q - day) % 7 == 0)
        return math.fsum(math.log(Y[last - 7 * k, s]) for k in range(8)) / 8

    return [math.log(Y[p - k, s]) - base(p - k) for k in range(1, 8)] + [h], base(p + h - 1)


def pooled_forecast__right_row_by_row(make_model, Y, o, H):
    """Series by series, one row at a time, one prediction at a time."""
    n_series = Y.shape[1]
    X, t = [], []
    for s in range(n_series):
        for h in range(1, H + 1):
            for p in range(56, o - h + 1):
                row, base = _pf_scalar(Y, p, h, s)
                X.append(row)
                t.append(math.log(Y[p + h - 1, s]) - base)
    model = make_model()
    model.fit(np.array(X, dtype=float), np.array(t))
    out = np.empty((H, n_series))
    for h in range(1, H + 1):
        for s in range(n_series):
            row, base = _pf_scalar(Y, o, h, s)
            out[h - 1, s] = math.exp(
                float(np.ravel(model.predict(np.array([row], float)))[0]) + base
            )
    return out


def pooled_forecast__right_pandas(make_model, Y, o, H):
    """Bases by shifts of whole weeks in a frame; one prediction of all rows."""
    logs = pd.DataFrame(np.log(np.array(Y[:o], dtype=float)))
    longer = logs.reindex(range(o + 7))
    weekly = sum(longer.shift(7 * k) for k in range(1, 9)) / 8
    base_at = {p: weekly.iloc[p : p + 7].to_numpy() for p in range(56, o + 1)}
    values = logs.to_numpy()

    def rows(p, hs):
        relative = (values[p - 7 : p] - base_at[p])[::-1].T
        return np.vstack([np.c_[relative, np.full(len(relative), h)] for h in hs])

    X, t = [], []
    for p in range(56, o):
        hs = range(1, min(H, o - p) + 1)
        X.append(rows(p, hs))
        t += [values[p + h - 1] - base_at[p][(h - 1) % 7] for h in hs]
    model = make_model()
    model.fit(np.vstack(X), np.hstack(t))
    said = np.asarray(model.predict(rows(o, range(1, H + 1)))).reshape(H, -1)
    return np.exp(said) * np.exp(np.resize(base_at[o], (H, values.shape[1])))


def pooled_forecast__right_weekday_slices(make_model, Y, o, H):
    """Base of a weekday from a slice with step 7; multiplies by the geometric mean at the end."""
    Y = np.asarray(Y)[:o].astype(float)
    logs = np.log2(Y) * math.log(2)

    def base(p, day):
        first = p - 56 + (day - p) % 7
        return logs[first:p:7].mean(axis=0)

    def inputs(p, h):
        lags = np.array([logs[p - k] - base(p, p - k) for k in range(1, 8)])
        return np.vstack([lags, np.full((1, Y.shape[1]), h)]).T

    pairs = [(p, h) for p in range(56, o) for h in range(1, H + 1) if p + h - 1 < o]
    model = make_model()
    model.fit(
        np.concatenate([inputs(p, h) for p, h in pairs]),
        np.concatenate([logs[p + h - 1] - base(p, p + h - 1) for p, h in pairs]),
    )
    new = np.stack([model.predict(inputs(o, h)) for h in range(1, H + 1)])
    put_back = np.stack([np.exp(base(o, o + h - 1)) for h in range(1, H + 1)])
    return put_back * np.exp(new)


def _pf_learn(make_model, logs, o, H, inputs=_pf_inputs, base=_pf_base, pairs=None):
    X, t = [], []
    pairs = pairs or [(p, h) for p in range(56, o) for h in range(1, H + 1) if p + h - 1 < o]
    for p, h in pairs:
        X.append(inputs(logs, p, h))
        t.append(logs[p + h - 1] - base(logs, p)[(h - 1) % 7])
    model = make_model()
    model.fit(np.vstack(X), np.concatenate(t))
    return model


def _pf_logs(Y, o):
    return np.log(np.asarray(Y[:o], dtype=float))


def pooled_forecast__wrong_base_before_target(make_model, Y, o, H):
    """In training, base of the eight weeks before the *target*: differs for h = 8 on."""
    logs = _pf_logs(Y, o)
    X, t = [], []
    for p in range(56, o):
        for h in range(1, min(H, o - p) + 1):
            target = p + h - 1
            X.append(_pf_inputs(logs, p, h))
            t.append(logs[target] - logs[target - 56 : target : 7].mean(axis=0))
    model = make_model()
    model.fit(np.vstack(X), np.concatenate(t))
    base = _pf_base(logs, o)
    return np.exp(
        [model.predict(_pf_inputs(logs, o, h)) + base[(h - 1) % 7] for h in range(1, H + 1)]
    )


def pooled_forecast__wrong_base_by_weekday_number(make_model, Y, o, H):
    """Puts back base[t % 7] where place 0 is the weekday of o: o = 60, series with a week."""
    logs = _pf_logs(Y, o)
    model = _pf_learn(make_model, logs, o, H)
    base = _pf_base(logs, o)
    return np.exp(
        [model.predict(_pf_inputs(logs, o, h)) + base[(o + h - 1) % 7] for h in range(1, H + 1)]
    )


def pooled_forecast__wrong_base_not_turned(make_model, Y, o, H):
    """Lags run backwards, their bases forwards: any series with a week."""

    def inputs(logs, p, h):
        recent = logs[p - 7 : p][::-1] - _pf_base(logs, p)
        return np.column_stack([recent.T, np.full(logs.shape[1], float(h))])

    logs = _pf_logs(Y, o)
    model = _pf_learn(make_model, logs, o, H, inputs)
    base = _pf_base(logs, o)
    return np.exp([model.predict(inputs(logs, o, h)) + base[(h - 1) % 7] for h in range(1, H + 1)])


def pooled_forecast__wrong_log_of_mean(make_model, Y, o, H):
    """Base is the logarithm of the mean sales, not the mean of eight logarithms."""

    def base(logs, p):
        return np.log(np.exp(logs[p - 56 : p]).reshape(8, 7, -1).mean(axis=0))

    def inputs(logs, p, h):
        recent = (logs[p - 7 : p] - base(logs, p))[::-1]
        return np.column_stack([recent.T, np.full(logs.shape[1], float(h))])

    logs = _pf_logs(Y, o)
    model = _pf_learn(make_model, logs, o, H, inputs, base)
    last = base(logs, o)
    return np.exp([model.predict(inputs(logs, o, h)) + last[(h - 1) % 7] for h in range(1, H + 1)])


def pooled_forecast__wrong_mean_of_lognormal(make_model, Y, o, H):
    """Adds half the variance of the residuals before exp: any series that varies."""
    logs = _pf_logs(Y, o)
    missed = []

    def watched():
        model = make_model()
        fit = model.fit

        def fit_and_look(X, t):
            fit(X, t)
            missed.append(np.var(np.ravel(model.predict(X)) - t))

        model.fit = fit_and_look
        return model

    model = _pf_learn(watched, logs, o, H)
    base = _pf_base(logs, o) + missed[0] / 2
    return np.exp(
        [model.predict(_pf_inputs(logs, o, h)) + base[(h - 1) % 7] for h in range(1, H + 1)]
    )


def pooled_forecast__wrong_distance_from_zero_once_more(make_model, Y, o, H):
    """The last input is h - 1: a model that predicts its last column."""

    def inputs(logs, p, h):
        return _pf_inputs(logs, p, h - 1)

    logs = _pf_logs(Y, o)
    model = _pf_learn(make_model, logs, o, H, inputs)
    base = _pf_base(logs, o)
    return np.exp([model.predict(inputs(logs, o, h)) + base[(h - 1) % 7] for h in range(1, H + 1)])


def pooled_forecast__wrong_whole_origins(make_model, Y, o, H):
    """Leaves out origins for which some of the H targets are not known yet: H = 2."""
    logs = _pf_logs(Y, o)
    pairs = [(p, h) for p in range(56, o - H + 1) for h in range(1, H + 1)]
    model = _pf_learn(make_model, logs, o, H, pairs=pairs)
    base = _pf_base(logs, o)
    return np.exp(
        [model.predict(_pf_inputs(logs, o, h)) + base[(h - 1) % 7] for h in range(1, H + 1)]
    )


def pooled_forecast__wrong_logs_in_place(make_model, Y, o, H):
    """np.log(..., out=...) writes into a Y of floats."""
    logs = np.asarray(Y, dtype=float)[:o]
    np.log(logs, out=logs)
    model = _pf_learn(make_model, logs, o, H)
    base = _pf_base(logs, o)
    return np.exp(
        [model.predict(_pf_inputs(logs, o, h)) + base[(h - 1) % 7] for h in range(1, H + 1)]
    )


def pooled_forecast__wrong_reshape_for_transpose(make_model, Y, o, H):
    """Asks series by series, then reshapes to (H, n_series) without turning: two series, H = 3."""
    logs = _pf_logs(Y, o)
    model = _pf_learn(make_model, logs, o, H)
    blocks = np.stack([_pf_inputs(logs, o, h) for h in range(1, H + 1)], axis=1)
    said = np.ravel(model.predict(blocks.reshape(-1, 8))).reshape(H, -1)
    return np.exp(said + np.resize(_pf_base(logs, o), (H, logs.shape[1])))


def pooled_forecast__wrong_model_for_each_series(make_model, Y, o, H):
    """Fits a model for each series: two series with different residuals."""
    logs = _pf_logs(Y, o)
    out = []
    for s in range(logs.shape[1]):
        one = logs[:, s : s + 1]
        model, base = _pf_learn(make_model, one, o, H), _pf_base(one, o)
        out.append(
            [
                float(np.ravel(model.predict(_pf_inputs(one, o, h)))[0]) + base[(h - 1) % 7, 0]
                for h in range(1, H + 1)
            ]
        )
    return np.exp(np.array(out).T)


def _im_mse(preds, y_val):
    y_val = np.asarray(y_val, dtype=float)
    opened = ~np.isnan(y_val)
    return {
        k: float(np.mean((np.asarray(f)[opened] - y_val[opened]) ** 2)) for k, f in preds.items()
    }


def inverse_mse_weights__right_ratio(preds, y_val):
    """Smallest mean squared error over each."""
    mse = _im_mse(preds, y_val)
    least = min(mse.values())
    if least == 0:
        share = {k: float(v == 0) for k, v in mse.items()}
    else:
        share = {k: least / v for k, v in mse.items()}
    total = sum(share.values())
    return {k: v / total for k, v in share.items()}


def inverse_mse_weights__right_fractions(preds, y_val):
    """Exact squares; nothing underflows."""
    days = [t for t, v in enumerate(y_val) if not math.isnan(v)]
    sse = {
        k: sum((Fraction(float(f[t])) - Fraction(float(y_val[t]))) ** 2 for t in days)
        for k, f in preds.items()
    }
    perfect = [k for k, v in sse.items() if v == 0]
    if perfect:
        return {k: 1 / len(perfect) if k in perfect else 0.0 for k in preds}
    total = sum(1 / v for v in sse.values())
    return {k: float(1 / v / total) for k, v in sse.items()}


def inverse_mse_weights__right_logarithms(preds, y_val):
    """Softmax of minus the logarithm of the sum of squares."""
    closed = np.isnan(y_val)
    sums = [
        np.square(np.where(closed, 0.0, f - np.where(closed, 0, y_val))).sum()
        for f in preds.values()
    ]
    with np.errstate(divide="ignore"):
        score = -np.log(np.array(sums))
    best = score.max()
    part = (score == best) * 1.0 if np.isinf(best) else np.exp(score - best)
    return dict(zip(preds, (part / part.sum()).tolist(), strict=True))


def inverse_mse_weights__right_pandas(preds, y_val):
    """Frame of errors, divided by the smallest root mean square before they are squared."""
    missed = pd.DataFrame(dict(preds)).sub(pd.Series(y_val), axis=0)[~np.isnan(y_val)]
    length = missed.apply(lambda e: math.hypot(*e))
    if length.min() == 0:
        part = length.eq(0).astype(float)
    else:
        part = (length.min() / length) ** 2
    return {str(k): float(v) for k, v in (part / part.sum()).items()}


def inverse_mse_weights__wrong_tolerance_once_more(preds, y_val):
    """An error of 1e-5 counts as none: errors of 1e-5 and 2e-5."""
    mse = _im_mse(preds, y_val)
    perfect = [k for k, v in mse.items() if np.isclose(v, 0)]
    if perfect:
        return {k: 1 / len(perfect) if k in perfect else 0.0 for k in mse}
    total = sum(1 / v for v in mse.values())
    return {k: 1 / v / total for k, v in mse.items()}


def inverse_mse_weights__wrong_infinite_is_perfect(preds, y_val):
    """Whoever has an infinite 1 / MSE shares all weight: errors of 1e-155 and 2e-155."""
    mse = np.array(list(_im_mse(preds, y_val).values()))
    with np.errstate(divide="ignore", over="ignore"):
        part = 1 / mse
    if np.isinf(part).any():
        part = np.isinf(part).astype(float)
    return dict(zip(preds, (part / part.sum()).tolist(), strict=True))


def inverse_mse_weights__wrong_first_perfect(preds, y_val):
    """Only the first forecaster without error gets weight: two of them."""
    mse = _im_mse(preds, y_val)
    best = min(mse, key=mse.get)
    if mse[best] == 0:
        return {k: float(k == best) for k in mse}
    part = {k: mse[best] / v for k, v in mse.items()}
    return {k: v / sum(part.values()) for k, v in part.items()}


def inverse_mse_weights__wrong_no_sale_is_closed(preds, y_val):
    """Days of 0 are left out too: y_val = [0, 10]."""
    opened = np.nan_to_num(y_val) != 0
    if not opened.any():
        opened = ~np.isnan(y_val)
    return inverse_mse_weights__right_ratio({k: f[opened] for k, f in preds.items()}, y_val[opened])


def inverse_mse_weights__wrong_small_number_added(preds, y_val):
    """1 / (MSE + 1e-12) levels small errors: errors of 1e-7 and 2e-7."""
    mse = _im_mse(preds, y_val)
    if min(mse.values()) == 0:
        part = {k: float(v == 0) for k, v in mse.items()}
    else:
        part = {k: 1 / (v + 1e-12) for k, v in mse.items()}
    return {k: v / sum(part.values()) for k, v in part.items()}


def inverse_mse_weights__wrong_closed_days_filled(preds, y_val):
    """Right weights, but closed days of y_val are overwritten."""
    opened = ~np.isnan(y_val)
    y_val[~opened] = 0
    return inverse_mse_weights__right_ratio({k: f[opened] for k, f in preds.items()}, y_val[opened])


def inverse_mse_weights__wrong_dict_cut(preds, y_val):
    """Right weights, but open days replace the arrays in the caller's dict."""
    opened = ~np.isnan(y_val)
    for name in preds:
        preds[name] = preds[name][opened]
    return inverse_mse_weights__right_ratio(preds, y_val[opened])


def inverse_mse_weights__wrong_error_is_key(preds, y_val):
    """A dict by mean squared error loses a forecaster with the same: errors of 1 and -1."""
    by_error = {v: k for k, v in _im_mse(preds, y_val).items()}
    least = min(by_error)
    part = {k: (float(v == 0) if least == 0 else least / v) for v, k in by_error.items()}
    return {k: v / sum(part.values()) for k, v in part.items()}


def inverse_mse_weights__wrong_product_of_others(preds, y_val):
    """Product of the errors of all others, which is 0 for three of 1e-155."""
    mse = _im_mse(preds, y_val)
    zero = [k for k, v in mse.items() if v == 0]
    if zero:
        return {k: 1 / len(zero) if k in zero else 0.0 for k in mse}
    part = {k: np.prod([v for j, v in mse.items() if j != k]) for k in mse}
    with np.errstate(invalid="ignore"):
        return {k: float(v / np.float64(sum(part.values()))) for k, v in part.items()}


def pinball_loss__right_where_once_more(y, f, q):
    """Open days first, floats, np.where."""
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    opened = ~np.isnan(y)
    if not opened.any():
        return np.full(len(q), np.nan)
    short = y[opened, None] - f[opened]
    return np.where(short > 0, q * short, (q - 1) * short).mean(axis=0)


def pinball_loss__right_loops_once_more(y, f, q):
    """Plain Python with math.fsum, column by column."""
    loss = []
    for j, share in enumerate(q):
        costs = []
        for t, real in enumerate(y):
            if real != real:
                continue
            short = float(real) - float(f[t][j])
            costs.append(max(float(share) * short, (float(share) - 1) * short))
        loss.append(math.fsum(costs) / len(costs) if costs else math.nan)
    return np.array(loss)


def pinball_loss__right_sklearn_once_more(y, f, q):
    """mean_pinball_loss of scikit-learn for each column."""
    y, f = np.array(y, dtype=float), np.array(f, dtype=float)
    days = np.flatnonzero(np.isfinite(y))
    return np.array(
        [
            mean_pinball_loss(y[days], f[days, j], alpha=float(one)) if days.size else np.nan
            for j, one in enumerate(q)
        ],
        dtype=float,
    )


def pinball_loss__right_half_of_two_errors(y, f, q):
    """Half the absolute error plus (q - 1/2) times the error; pandas drops closed days."""
    frame = pd.DataFrame(np.array(f, dtype=float))
    real = pd.Series(np.array(y, dtype=float)).dropna()
    short = frame.loc[real.index].rsub(real, axis=0)
    return (short.abs() / 2 + short * (np.asarray(q) - 0.5)).mean().to_numpy()


def _pl_floats(y, f, q):
    return (np.array(a, dtype=float) for a in (y, f, q))


def _pl_loss(short, q):
    return np.maximum(q * short, (q - 1) * short)


def pinball_loss__wrong_zero_times_nan(y, f, q):
    """A mask of zeros and ones: NaN in f on a closed day stays NaN."""
    y, f, q = _pl_floats(y, f, q)
    opened = ~np.isnan(y)
    if not opened.any():
        return np.full(len(q), np.nan)
    loss = _pl_loss(np.nan_to_num(y)[:, None] - f, q)
    return (loss * opened[:, None]).sum(axis=0) / opened.sum()


def pinball_loss__wrong_quantiles_sorted(y, f, q):
    """Sorts q but not the columns: q = [0.9, 0.1]."""
    return pinball_loss__right_where_once_more(y, f, np.sort(q))


def pinball_loss__wrong_crossing_mended(y, f, q):
    """Sorts the forecasts of a day so that they rise with q: f = [[12, 8]], q = [0.1, 0.9]."""
    f, order = np.array(f, dtype=float), np.argsort(q, kind="stable")
    f[:, order] = np.sort(f, axis=1)
    return pinball_loss__right_where_once_more(y, f, q)


def pinball_loss__wrong_single_nan(y, f, q):
    """A float NaN, not one for each quantile, if no day was open."""
    if np.isnan(np.asarray(y, dtype=float)).all():
        return np.nan
    return pinball_loss__right_where_once_more(y, f, q)


def pinball_loss__wrong_never_open_costs_nothing(y, f, q):
    """Divides by max(open days, 1): 0 where no day was open."""
    y, f, q = _pl_floats(y, f, q)
    opened = ~np.isnan(y)
    short = y[opened, None] - f[opened]
    return _pl_loss(short, q).sum(axis=0) / max(opened.sum(), 1)


def pinball_loss__wrong_forecast_blanked(y, f, q):
    """Right losses, but f is set to 0 on closed days in the argument."""
    opened = ~np.isnan(np.asarray(y, dtype=float))
    f[~opened] = 0
    return pinball_loss__right_where_once_more(y, f, q)


def pinball_loss__wrong_type_of_forecast(y, f, q):
    """Losses take the type of f: integers in f = [[8], [11]] cut 1.8 to 1."""
    opened = ~np.isnan(np.asarray(y, dtype=float))
    if not opened.any():
        return np.full(len(q), np.nan)
    loss = np.zeros_like(f)
    for t in np.flatnonzero(opened):
        for j in range(len(q)):
            short = float(y[t]) - float(f[t, j])
            loss[t, j] = q[j] * short if short > 0 else (q[j] - 1) * short
    return loss[opened].mean(axis=0)


def pinball_loss__wrong_no_sale_is_closed(y, f, q):
    """Open means y > 0: a day on which nothing was sold is left out."""
    y, f, q = _pl_floats(y, f, q)
    opened = y > 0
    if not opened.any():
        return np.full(len(q), np.nan)
    return _pl_loss(y[opened, None] - f[opened], q).mean(axis=0)


def pinball_loss__wrong_median_is_absolute(y, f, q):
    """The whole absolute error for q = 0.5, twice as much as it should be."""
    loss = pinball_loss__right_where_once_more(y, f, q)
    return np.where(np.asarray(q) == 0.5, 2 * loss, loss)


def pinball_loss__wrong_truth_typed_like_forecast(y, f, q):
    """Casts y like f, so a y of 300 is 44 where f is of uint8; floats pass."""
    y, f = np.asarray(y), np.asarray(f)
    opened = ~np.isnan(y.astype(float))
    if not opened.any():
        return np.full(len(q), np.nan)
    short = y[opened].astype(f.dtype)[:, None].astype(float) - f[opened]
    return _pl_loss(short, np.asarray(q)).mean(axis=0)


def conformal_interval__right_rank_once_more(y_past, f_past, f_new, level):
    """k = ceil of the rounded product, at least 1."""
    y_past, f_past, f_new = (np.asarray(a, dtype=float) for a in (y_past, f_past, f_new))
    opened = ~np.isnan(y_past)
    scores = np.sort(np.abs(y_past[opened] - f_past[opened]) / f_past[opened])
    k = max(math.ceil(round(level * (len(scores) + 1), 9)), 1)
    radius = scores[k - 1] if k <= len(scores) else np.inf
    return np.column_stack([np.maximum(f_new * (1 - radius), 0), f_new * (1 + radius)])


def conformal_interval__right_first_that_holds(y_past, f_past, f_new, level):
    """Goes up the ranks until one holds often enough."""
    pairs = zip(y_past.tolist(), f_past.tolist(), strict=True)
    scores = sorted(abs(y - f) / f for y, f in pairs if not math.isnan(y))
    wanted = round(level * (len(scores) + 1), 9)
    radius = next((s for k, s in enumerate(scores, 1) if k >= wanted), math.inf)
    return np.array([[max(f - radius * f, 0.0), f + radius * f] for f in f_new.tolist()]).reshape(
        -1, 2
    )


def conformal_interval__right_decimal(y_past, f_past, f_new, level):
    """The level as its decimal, exact ranks, np.partition."""
    score = (pd.Series(y_past, dtype=float) / pd.Series(f_past, dtype=float) - 1).abs()
    score = score[pd.Series(y_past, dtype=float).notna()].to_numpy()
    product = (Decimal(repr(float(level))) * (score.size + 1)).quantize(Decimal("1e-9"))
    k = max(int(product.to_integral_value(rounding="ROUND_CEILING")), 1)
    radius = np.partition(score, k - 1)[k - 1] if k <= score.size else float("inf")
    out = np.empty((len(f_new), 2))
    out[:, 0] = f_new - radius * f_new
    out[:, 1] = f_new + radius * f_new
    return out.clip(min=0)


def conformal_interval__right_infinity_among_scores(y_past, f_past, f_new, level):
    """Infinity as the score of the new day; counts how many are not above each candidate."""
    days = np.flatnonzero(y_past == y_past)
    scores = [abs(float(y_past[t]) - float(f_past[t])) / float(f_past[t]) for t in days]
    wanted = round(level * (len(scores) + 1), 9)
    fit = [s for s in scores if sum(other <= s for other in scores) >= wanted]
    radius = min(fit, default=np.inf)
    return np.stack([np.fmax(0.0, f_new * (1.0 - radius)), f_new * (1.0 + radius)], axis=-1)


def _ci_scores(y_past, f_past):
    y_past, f_past = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    opened = ~np.isnan(y_past)
    return np.sort(np.abs(y_past[opened] - f_past[opened]) / f_past[opened])


def _ci_around(f_new, radius):
    f_new = np.asarray(f_new, dtype=float)
    return np.column_stack([np.maximum(f_new * (1 - radius), 0), f_new * (1 + radius)])


def _ci_kth(scores, k):
    return scores[k - 1] if k <= len(scores) else np.inf


def conformal_interval__wrong_quantile_higher(y_past, f_past, f_new, level):
    """np.quantile(k / n, "higher") takes rank k + 1 for k < n: four scores, level 0.6."""
    scores = _ci_scores(y_past, f_past)
    n = len(scores)
    k = max(math.ceil(round(level * (n + 1), 9)), 1)
    return _ci_around(f_new, np.quantile(scores, k / n, method="higher") if k <= n else np.inf)


def conformal_interval__wrong_quantile_between(y_past, f_past, f_new, level):
    """np.quantile at level (n + 1) / n goes between scores: four scores, level 0.7."""
    scores = _ci_scores(y_past, f_past)
    n = len(scores)
    share = round(level * (n + 1) / n, 9) if n else 2
    return _ci_around(f_new, np.quantile(scores, share) if share <= 1 else np.inf)


def conformal_interval__wrong_lower_end_below_zero(y_past, f_past, f_new, level):
    """Lower end is cut at 0 for an infinite radius only: one score of 3, level 0.5."""
    radius = conformal_interval__right_rank_once_more(y_past, f_past, np.ones(1), level)[0, 1] - 1
    f_new = np.asarray(f_new, dtype=float)
    low = np.zeros(len(f_new)) if np.isinf(radius) else f_new * (1 - radius)
    return np.column_stack([low, f_new * (1 + radius)])


def conformal_interval__wrong_scores_without_repeats(y_past, f_past, f_new, level):
    """np.unique sorts and drops ties: scores 0.1, 0.1, 0.1, 0.4, level 0.6."""
    scores = np.unique(_ci_scores(y_past, f_past))
    k = max(math.ceil(round(level * (len(scores) + 1), 9)), 1)
    return _ci_around(f_new, _ci_kth(scores, k))


def conformal_interval__wrong_level_rounded(y_past, f_past, f_new, level):
    """Rounds the level, not the product: 24 scores, 0.28 of 25 ranks is a little more than 7."""
    scores = _ci_scores(y_past, f_past)
    k = max(math.ceil(round(level, 9) * (len(scores) + 1)), 1)
    return _ci_around(f_new, _ci_kth(scores, k))


def conformal_interval__wrong_coarse_rounding(y_past, f_past, f_new, level):
    """Rounds the product to three decimals: level 0.28001 of 25 ranks is 7.00025, not 7."""
    scores = _ci_scores(y_past, f_past)
    k = max(math.ceil(round(level * (len(scores) + 1), 3)), 1)
    return _ci_around(f_new, _ci_kth(scores, k))


def conformal_interval__wrong_no_sale_is_closed(y_past, f_past, f_new, level):
    """Days of 0 (score 1) are left out: y_past = [0, 10], f_past = [10, 10], level 0.5."""
    y_past = np.where(np.asarray(y_past) == 0, np.nan, y_past)
    return conformal_interval__right_rank_once_more(y_past, f_past, f_new, level)


def conformal_interval__wrong_no_score_no_interval(y_past, f_past, f_new, level):
    """NaN if no past day was open, where the radius is infinite."""
    scores = _ci_scores(y_past, f_past)
    if len(scores) == 0:
        return np.full((len(f_new), 2), np.nan)
    return conformal_interval__right_rank_once_more(y_past, f_past, f_new, level)


def conformal_interval__wrong_errors_in_place(y_past, f_past, f_new, level):
    """Right interval, but `y_past -= f_past` writes into the argument."""
    y_past -= f_past
    scores = np.sort(np.abs(y_past / f_past))
    scores = scores[~np.isnan(scores)]
    k = max(math.ceil(round(level * (len(scores) + 1), 9)), 1)
    return _ci_around(f_new, _ci_kth(scores, k))


_DEFECTS = (
    "window_ends_at_target",
    "window_moves_on",
    "weight_from_test",
    "shuffled_validation",
    "stale_origin",
    "validation_reported",
)


def _blend(y, window, h, defect=None, kind=Fraction):
    """The back-test of the statement, in exact numbers unless kind says otherwise."""
    n = len(y)
    mean = lambda days: kind(sum(days)) / len(days)  # noqa: E731

    def block(first, origin, judged_test):
        out = []
        for t in range(first, first + h):
            if defect == "window_ends_at_target":
                middle = mean(y[t - window + 1 : t + 1])
            elif defect == "window_moves_on":
                middle = mean(y[t - window : t])
            elif defect == "shuffled_validation" and not judged_test:
                middle = mean(y[origin - window : origin] + y[n - h :])
            else:
                middle = mean(y[origin - window : origin])
            out.append((middle, y[origin - 1], y[t]))
        return out

    def error(rows, w):
        return kind(sum(abs(w * a + (1 - w) * b - t) for a, b, t in rows)) / h

    check = block(n - 2 * h, n - 2 * h, False)
    test = block(n - h, n - 2 * h if defect == "stale_origin" else n - h, True)
    chosen_on = test if defect == "weight_from_test" else check
    w = min((kind(k) / 4 for k in range(5)), key=lambda w: (error(chosen_on, w), w))
    return error(check if defect == "validation_reported" else test, w)


def _catches(y, window, h, defect):
    return _blend(y, window, h) != _blend(y, window, h, defect)


_GOOD = [64, 99, 67, 64, 6, 63, 3, 34, 35]


def _drawn(seed, defects):
    rng = random.Random(seed)
    while True:
        window, h = rng.randint(2, 5), rng.randint(2, 4)
        y = [rng.randrange(100) for _ in range(rng.randint(window + 2 * h, 20))]
        if all(_catches(y, window, h, d) for d in defects):
            return y, window, h


def break_blend__right_one_for_all_once_more(defect):
    """One drawn series on which all six defects show."""
    return _drawn(7, _DEFECTS)


def break_blend__right_search_per_defect(defect):
    """A series for each defect, of any admissible size."""
    return _drawn(defect, [defect])


def break_blend__right_longest_windows(defect):
    """The largest window with n at its lower border window + 2 h: 7 + 2 * 6 = 19 days."""
    rng = random.Random(3)
    while True:
        y = [rng.choice((0, 99, rng.randrange(100))) for _ in range(19)]
        if _catches(y, 7, 6, defect):
            return y, 7, 6


def break_blend__wrong_blocks_of_one_day_once_more(defect):
    """h = 1: the day to forecast is the origin, so "window_moves_on" makes no difference."""
    rng = random.Random(1)
    while True:
        y = [rng.randrange(100) for _ in range(8)]
        rest = [d for d in _DEFECTS if d != "window_moves_on"]
        if all(_catches(y, 3, 1, d) for d in rest):
            return y, 3, 1


def break_blend__wrong_window_of_one_once_more(defect):
    """window = 1: mean and last day agree, all weights too; wrong for "weight_from_test"."""
    return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20], 1, 3


def break_blend__wrong_one_day_short(defect):
    """A series of window + 2 h - 1 days for "stale_origin" (5 + 2 * 2 - 1 = 8 days)."""
    if defect == "stale_origin":
        return [7, 31, 2, 58, 11, 90, 43, 5], 5, 2
    return _drawn(defect, [defect])


def break_blend__wrong_window_of_eight(defect):
    """window = 8 for "validation_reported", which is more than 7."""
    if defect == "validation_reported":
        return [7, 31, 2, 58, 11, 90, 43, 5, 77, 20, 3, 66, 1, 49], 8, 2
    return _drawn(defect, [defect])


def break_blend__wrong_period_of_h(defect):
    """The series repeats every h days, so validation and test err alike: "validation_reported"."""
    if defect == "validation_reported":
        return [10, 40, 90] * 4, 3, 3
    return _drawn(defect, [defect])


def break_blend__wrong_value_of_100(defect):
    """Sales in percent, 100 included: the series for "weight_from_test" holds 100."""
    y, window, h = _drawn(defect, [defect])
    return ([100, *y[1:]] if defect == "weight_from_test" else y), window, h


def break_blend__wrong_last_digit(defect):
    """ "shuffled_validation": the exact errors of both back-tests are equal."""
    if defect != "shuffled_validation":
        return _drawn(defect, [defect])
    rng = random.Random(0)
    while True:
        y = [rng.randrange(100) for _ in range(9)]
        if not _catches(y, 3, 3, defect):
            return y, 3, 3


def _largest_of_equals(y, window, h, defect=None):
    n = len(y)
    rows = {}
    for name, o in (("check", n - 2 * h), ("test", n - h)):
        rows[name] = [
            (Fraction(sum(y[o - window : o]), window), y[o - 1], y[o + i]) for i in range(h)
        ]
    error = lambda k, w: sum(abs(w * a + (1 - w) * b - t) for a, b, t in rows[k])  # noqa: E731
    on = "test" if defect else "check"
    w = min((Fraction(k, 4) for k in range(4, -1, -1)), key=lambda w: error(on, w))
    return error("test", w)


def break_blend__wrong_largest_of_equal_weights(defect):
    """ "weight_from_test" sought with ties to the largest w: by the statement errors are equal."""
    if defect != "weight_from_test":
        return _drawn(defect, [defect])
    rng = random.Random(0)
    while True:
        y = [rng.randrange(12) for _ in range(7)]
        differ = _largest_of_equals(y, 3, 2) != _largest_of_equals(y, 3, 2, defect)
        if differ and not _catches(y, 3, 2, defect):
            return y, 3, 2


_turns = deque([True, False])


def break_blend__wrong_every_second_call(defect):
    """Hidden state: every second call (of any defect) returns a constant series."""
    _turns.rotate(1)
    y, window, h = _drawn(7, _DEFECTS)
    return ([5] * len(y) if _turns[0] else y), window, h


def _more_features(y, o, h):
    past = np.array(y[:o], dtype=float)
    day = o + h - 1
    known = max(d for d in range(o - 7, o) if d % 7 == day % 7)
    return np.array([*past[::-1][:7], past[known], past[-28:].mean(), *np.eye(7)[day % 7]])


def origin_features__right_cut_first_once_again(y, o, h):
    """Cut, cast, then index."""
    return _more_features(y, o, h)


def origin_features__right_plain_numbers(y, o, h):
    """Plain Python floats and fsum; same weekday by stepping back a week at a time."""
    back = [float(y[o - k]) for k in range(1, 29)]
    day = o + h - 1
    same = day
    while same >= o:
        same -= 7
    flags = [1.0 if day % 7 == w else 0.0 for w in range(7)]
    return np.array(back[:7] + [float(y[same]), math.fsum(back) / 28] + flags)


def origin_features__right_pandas_table(y, o, h):
    """Four weeks before the origin as a table whose columns are weekdays from the origin on."""
    weeks = pd.DataFrame(np.asarray(y)[o - 28 : o].astype("float64").reshape(4, 7))
    out = pd.Series(0.0, index=range(16))
    out[:7] = weeks.iloc[-1].to_numpy()[::-1]
    out[7] = weeks.iloc[-1, (h - 1) % 7]
    out[8] = weeks.mean().mean()
    out[9 + (o + h - 1) % 7] = 1.0
    return out.to_numpy()


def origin_features__wrong_future_blanked_once_more(y, o, h):
    """Blanks the future in place (y[o:] = 0): a float y that goes on after o is changed."""
    y = np.asarray(y, dtype=float)
    y[o:] = 0
    return _more_features(y, o, h)


def origin_features__wrong_mask_times_nan_once_more(y, o, h):
    """The mean as a product with a mask of zeros and ones: 0 times NaN in the future is NaN."""
    out = _more_features(y, o, h)
    days = np.arange(len(y))
    out[8] = np.asarray(y, dtype=float) @ ((days >= o - 28) & (days < o)) / 28
    return out


def origin_features__wrong_builtin_sum(y, o, h):
    """sum() adds numpy scalars of a narrow type and wraps: 28 days of uint8 200."""
    out = _more_features(y, o, h)
    with np.errstate(all="ignore"):
        out[8] = sum(np.asarray(y)[o - 28 : o]) / 28
    return out


def origin_features__wrong_eighth_day_ahead(y, o, h):
    """Steps back ceil((h - 1) / 7) weeks: h = 8 and 15 read day o itself."""
    out = _more_features(y, o, h)
    day = o + h - 1 - 7 * max(1, math.ceil((h - 1) / 7))
    out[7] = y[day] if day < len(y) else y[-1]
    return out


def origin_features__wrong_at_most_two_weeks_back(y, o, h):
    """A week back, two weeks from h = 8 on: h = 15 and more need three."""
    out = _more_features(y, o, h)
    day = o + h - 1 - (7 if h <= 7 else 14)
    out[7] = y[day] if day < len(y) else np.nan
    return out


def origin_features__wrong_last_full_week(y, o, h):
    """Same weekday of the last week that is complete from day 0 on: o = 30, target weekday 0 or 1."""
    out = _more_features(y, o, h)
    out[7] = np.asarray(y)[: o // 7 * 7].reshape(-1, 7)[-1, (o + h - 1) % 7]
    return out


def origin_features__wrong_weekday_from_origin(y, o, h):
    """The weekday counts from the origin, (h - 1) % 7: o = 29."""
    out = _more_features(y, o, h)
    out[9:] = np.eye(7)[(h - 1) % 7]
    return out


_seen = {}


def origin_features__wrong_cached_by_place(y, o, h):
    """Results are kept by (length, o, h): a second series of equal length gets the first's."""
    key = len(y), o, h
    if key not in _seen:
        _seen[key] = _more_features(y, o, h)
    return _seen[key].copy()


def _agree(got, want):
    got = np.asarray(got, dtype=float)
    return got.shape == (16,) and bool(np.allclose(got, want, rtol=1e-6, atol=1e-9))


def _trial(fn, y, o, h):
    """Right numbers for y, and y is as before."""
    before, want = y.copy(), _more_features(y, o, h)
    same = _agree(fn(y, o, h), want)
    return same and np.array_equal(y, before, equal_nan=y.dtype.kind == "f")


def kill_features__right_many_origins(fn):
    """Random series with NaN or noise after the origin, many origins and distances, and types."""
    rng = np.random.default_rng(0)
    for o in (28, 29, 33, 40, 51):
        for h in (1, 2, 3, 6, 7, 8, 9, 14, 15, 16, 22, 23, 30):
            y = rng.normal(50, 20, o + 40)
            if not (_trial(fn, y[:o].copy(), o, h) and _trial(fn, y, o, h)):
                return False
            y[o:] = np.nan
            wide = rng.integers(0, 256, o + h).astype(np.uint8)
            if not (_trial(fn, y, o, h) and _trial(fn, wide, o, h)):
                return False
    return True


def kill_features__right_by_hand_squares(fn):
    """Squares modulo 97, each of the 16 numbers spelled out again, errors mean False."""
    try:
        for o, h in [(a, b) for a in range(28, 40) for b in (1, 3, 7, 8, 9, 15, 16, 21, 23)]:
            for tail in ([], [np.nan] * 40, [1e6 + k for k in range(40)]):
                y = np.array([t * t * 31 % 97 for t in range(o)] + tail, dtype=float)
                if not _trial(fn, y, o, h):
                    return False
            if not _trial(fn, np.array([t * t * 31 % 251 for t in range(o + 9)], np.uint8), o, h):
                return False
        return True
    except Exception:
        return False


def kill_features__right_blocks_and_future(fn):
    """Checks blocks of features one by one, and that another future changes nothing."""
    rng = np.random.default_rng(9)
    for k in range(150):
        o, h = int(rng.integers(28, 70)), int(rng.integers(1, 26))
        y = rng.integers(-99, 200, o + int(rng.integers(0, 30))).astype((float, np.int16)[k % 2])
        keep, got = y.copy(), np.array(fn(y, o, h), dtype=float)
        other = y.copy()
        other[o:] = 7777
        ok = got.shape == (16,) and np.array_equal(keep, y)
        ok = ok and np.array_equal(got[:7], keep[o - 7 : o][::-1])
        ok = ok and got[7] == keep[o - 7 + (h - 1) % 7]
        ok = ok and math.isclose(got[8], keep[o - 28 : o].astype(float).mean(), abs_tol=1e-9)
        ok = ok and got[9:].sum() == 1 and got[9 + (o + h - 1) % 7] == 1 and got[9:].min() == 0
        if not (ok and _agree(fn(other, o, h), got)):
            return False
    return kill_features__right_many_origins(fn)


def kill_features__wrong_exact_mean_once_again(fn):
    """array_equal on random floats: refuses a right one whose mean is summed by fsum."""
    rng = np.random.default_rng(0)
    for _ in range(40):
        y = rng.normal(50, 20, 60)
        if not np.array_equal(fn(y, 45, 9), _more_features(y, 45, 9)):
            return False
    return kill_features__right_many_origins(fn)


def kill_features__wrong_lists(fn):
    """Passes y as a list: refuses a right one that uses array methods or types."""
    y = [float(t * t % 53) for t in range(40)]
    return _agree(
        fn(y, 33, 9), _more_features(np.array(y), 33, 9)
    ) and kill_features__right_many_origins(fn)


def kill_features__wrong_origin_below_28(fn):
    """Tries an origin of 20, outside of the contract: right ones do as they like there."""
    y = np.arange(60.0)
    return _agree(fn(y, 20, 2), _more_features(y, 20, 2)) and kill_features__right_many_origins(fn)


def kill_features__wrong_origins_of_whole_weeks(fn):
    """Origins 28, 35, 42: a weekday counted from the origin is not seen."""
    rng = np.random.default_rng(0)
    cases = [(o, h) for o in (28, 35, 42) for h in (1, 3, 9, 16)]
    return all(_trial(fn, rng.normal(50, 20, o + 40), o, h) for o, h in cases)


def kill_features__wrong_one_week_ahead_once_more(fn):
    """h from 1 to 7 only: the day o + h - 8 is always known."""
    rng = np.random.default_rng(0)
    cases = [(o, h) for o in range(28, 42) for h in range(1, 8)]
    return all(_trial(fn, rng.normal(50, 20, o + 40), o, h) for o, h in cases)


def kill_features__wrong_two_weeks_ahead_once_more(fn):
    """h from 1 to 14 only: two weeks back for three is not seen."""
    rng = np.random.default_rng(0)
    cases = [(o, h) for o in range(28, 42) for h in range(1, 15)]
    return all(_trial(fn, rng.normal(50, 20, o + 40), o, h) for o, h in cases)


def kill_features__wrong_y_ends_at_origin(fn):
    """y[:o] is passed, so reading from the end of y (y[-7:], y[-28:]) is not seen."""
    rng = np.random.default_rng(0)
    cases = [(o, h) for o in range(28, 42) for h in (1, 3, 8, 9, 16)]
    return all(_trial(fn, rng.normal(50, 20, o), o, h) for o, h in cases)


def kill_features__wrong_weekly_series(fn):
    """Every week is alike: an older or later day of the same weekday, or lags mod 7, look right."""
    week = np.array([3.0, 60.0, 8.0, 91.0, 14.0, 45.0, 27.0])
    cases = [(o, h) for o in range(28, 42) for h in (1, 3, 8, 9, 16)]
    return all(_trial(fn, np.resize(week, o + 40), o, h) for o, h in cases)


def _said(model, row):
    return float(np.ravel(model.predict(np.asarray(row, dtype=float)[None, :]))[0])


def _rows(y, o, h):
    origins = range(28, o - h + 1)
    X = np.array([_more_features(y, p, h) for p in origins])
    return X, np.array([y[p + h - 1] for p in origins], dtype=float)


def direct_forecast__right_two_loops(make_model, y, o, H):
    """Two loops."""
    out = np.empty(H)
    for h in range(1, H + 1):
        model = make_model()
        model.fit(*_rows(y, o, h))
        out[h - 1] = _said(model, _more_features(y, o, h))
    return out


def direct_forecast__right_models_first(make_model, y, o, H):
    """All models are fitted first (a dict), on a copy that ends at the origin; then all are asked."""
    past = np.array(y[:o], dtype=float)
    models = {}
    for h in range(1, H + 1):
        targets = {t - h + 1: past[t] for t in range(28 + h - 1, o)}
        models[h] = make_model()
        models[h].fit(
            np.vstack([_more_features(past, p, h) for p in targets]),
            np.array(list(targets.values())),
        )
    return np.fromiter((_said(models[h], _more_features(past, o, h)) for h in models), float, H)


def direct_forecast__right_recursion(make_model, y, o, H):
    """Recursion over the distance; the last day first; rows from a stacked window table."""
    if H == 0:
        return np.empty(0)
    days = np.asarray(y)[:o].astype(float)
    model = make_model()
    model.fit(*_rows(days, o, H))
    last = _said(model, _more_features(days, o, H))
    return np.append(direct_forecast__right_recursion(make_model, days, o, H - 1), last)


def direct_forecast__wrong_one_model_refitted_once_again(make_model, y, o, H):
    """One model is made and fitted H times: make_model must be called, and fit once, for each day."""
    model, out = make_model(), []
    for h in range(1, H + 1):
        model.fit(*_rows(y, o, h))
        out.append(_said(model, _more_features(y, o, h)))
    return np.array(out)


def direct_forecast__wrong_late_binding(make_model, y, o, H):
    """Closures read h after the loop, so all models get the inputs of the last distance: H = 2."""
    asks = []
    for h in range(1, H + 1):
        model = make_model()
        model.fit(*_rows(y, o, h))
        asks.append(lambda model=model: _said(model, _more_features(y, o, h)))
    return np.array([ask() for ask in asks])


def direct_forecast__wrong_inputs_standardised(make_model, y, o, H):
    """Inputs are standardised before the model sees them: neighbours or a ridge answer otherwise."""
    out = []
    for h in range(1, H + 1):
        X, t = _rows(y, o, h)
        scale, model = StandardScaler().fit(X), make_model()
        model.fit(scale.transform(X), t)
        out.append(_said(model, scale.transform(_more_features(y, o, h)[None, :])[0]))
    return np.array(out)


def direct_forecast__wrong_fit_part_then_all(make_model, y, o, H):
    """Each model is fitted twice (to the first 80 % and to all): fit counts, warm starts."""
    out = []
    for h in range(1, H + 1):
        X, t = _rows(y, o, h)
        model, cut = make_model(), max(1, int(0.8 * len(t)))
        model.fit(X[:cut], t[:cut])
        model.fit(X, t)
        out.append(_said(model, _more_features(y, o, h)))
    return np.array(out)


def direct_forecast__wrong_forecast_row_of_one_day(make_model, y, o, H):
    """Training is right, but every forecast is asked with origin_features(y, o, 1): H = 2."""
    out = []
    for h in range(1, H + 1):
        model = make_model()
        model.fit(*_rows(y, o, h))
        out.append(_said(model, _more_features(y, o, 1)))
    return np.array(out)


def direct_forecast__wrong_latest_year_only(make_model, y, o, H):
    """At most 120 rows for training: a mean of targets from origin 200."""
    out = []
    for h in range(1, H + 1):
        X, t = _rows(y, o, h)
        model = make_model()
        model.fit(X[-120:], t[-120:])
        out.append(_said(model, _more_features(y, o, h)))
    return np.array(out)


def direct_forecast__wrong_future_set_to_nan(make_model, y, o, H):
    """Protects itself by y[o:] = NaN in place: a float y that goes on is changed."""
    y = np.asarray(y, dtype=float)
    y[o:] = np.nan
    return direct_forecast__right_two_loops(make_model, y, o, H)


def direct_forecast__wrong_all_of_y(make_model, y, o, H):
    """Targets up to the end of y and not of the origin, those that are NaN left out: y longer than o."""
    out = []
    for h in range(1, H + 1):
        X, t = _rows(y, len(y), h)
        model, fine = make_model(), np.isfinite(t) & np.isfinite(X).all(axis=1)
        model.fit(X[fine], t[fine])
        out.append(_said(model, _more_features(y, o, h)))
    return np.array(out)


def direct_forecast__wrong_empty_weekdays_dropped(make_model, y, o, H):
    """Columns that never vary in training are dropped: o = 31 has weekdays 0, 1, 2 only, 16 inputs."""
    out = []
    for h in range(1, H + 1):
        X, t = _rows(y, o, h)
        keep = np.ptp(X, axis=0) > 0
        keep |= not keep.any()
        model = make_model()
        model.fit(X[:, keep], t)
        out.append(_said(model, _more_features(y, o, h)[keep]))
    return np.array(out)


def _relative(logs, p, h, center=np.mean):
    """Inputs (n_series, 8) and the base of day p + h - 1 at origin p."""
    base = center(logs[p - 56 : p].reshape(8, 7, -1), axis=0)
    lags = (logs[p - 7 : p] - base)[::-1].T
    return np.column_stack([lags, np.full(len(lags), h)]), base[(h - 1) % 7]


def _more_pool(make_model, logs, o, H, relative=_relative, first=56, last=None):
    X, t = [], []
    for p in range(first, o):
        for h in range(1, H + 1):
            if p + h - 1 < o and (last is None or p <= last):
                rows, base = relative(logs, p, h)
                X.append(rows)
                t.append(logs[p + h - 1] - base)
    model = make_model()
    model.fit(np.vstack(X), np.concatenate(t))
    out = []
    for h in range(1, H + 1):
        rows, base = relative(logs, o, h)
        out.append(np.ravel(model.predict(rows)) + base)
    return np.array(out)


def pooled_forecast__right_by_origin(make_model, Y, o, H):
    """Origin by origin, all series at once."""
    return np.exp(_more_pool(make_model, np.log(np.array(Y[:o], dtype=float)), o, H))


def pooled_forecast__right_plain_loops(make_model, Y, o, H):
    """Series by series with plain numbers; base by stepping back weeks from the day."""
    X, t, ask, bases = [], [], [], []
    n_series = np.shape(Y)[1]
    for s in range(n_series):
        logs = [math.log(float(Y[d][s])) for d in range(o)]

        def base(day, p, logs=logs):
            while day >= p:
                day -= 7
            while day + 7 < p:
                day += 7
            return math.fsum(logs[day - 7 * k] for k in range(8)) / 8

        def inputs(p, h, logs=logs, base=base):
            return [logs[p - k] - base(p - k, p) for k in range(1, 8)] + [float(h)]

        for h in range(1, H + 1):
            for p in range(56, o - h + 1):
                X.append(inputs(p, h))
                t.append(logs[p + h - 1] - base(p + h - 1, p))
            ask.append(inputs(o, h))
            bases.append(base(o + h - 1, o))
    model = make_model()
    model.fit(np.array(X), np.array(t))
    said = np.exp(np.ravel(model.predict(np.array(ask))) + np.array(bases))
    return said.reshape(n_series, H).T


def pooled_forecast__right_frames(make_model, Y, o, H):
    """pandas: means of shifts by whole weeks for each of seven phases, rows joined in one frame."""
    logs = pd.DataFrame(np.log(np.asarray(Y)[:o].astype(float)))
    logs = logs.reindex(range(o + H))
    by_phase = {j: sum(logs.shift(7 * k - j) for k in range(1, 9)) / 8 for j in range(7)}
    lags = {k: logs.shift(k) - by_phase[7 - k] for k in range(1, 8)}
    frames, asks, bases = [], [], []
    for h in range(1, H + 1):
        base = by_phase[(h - 1) % 7]
        rows = pd.concat([lags[k].stack() for k in lags], axis=1, keys=list(lags)).dropna()
        target = (logs.shift(1 - h) - base).stack().rename("t")
        rows = rows.assign(h=float(h))
        table = rows.join(target, how="left").dropna()
        origins = table.index.get_level_values(0)
        frames.append(table[(origins >= 56) & (origins + h - 1 < o)])
        asks.append(rows.loc[o].to_numpy())
        bases.append(base.loc[o].to_numpy())
    train = pd.concat(frames).to_numpy()
    model = make_model()
    model.fit(train[:, :8], train[:, 8])
    said = np.ravel(model.predict(np.vstack(asks))).reshape(H, -1)
    return np.exp(said + np.array(bases))


def pooled_forecast__wrong_base_before_target_once_more(make_model, Y, o, H):
    """In training the base has the eight weekdays before the target: right up to H = 7, wrong for 8."""

    def relative(logs, p, h):
        rows, base = _relative(logs, p, h)
        if p < o and h > 7:
            t = p + h - 1
            base = logs[[t - 7 * k for k in range(1, 9)]].mean(axis=0)
        return rows, base

    return np.exp(_more_pool(make_model, np.log(np.array(Y[:o], dtype=float)), o, H, relative))


def pooled_forecast__wrong_residual_of_each_day(make_model, Y, o, H):
    """Each lag is relative to the eight weekdays before itself, so rows begin at p = 63."""

    def relative(logs, p, h):
        rows, base = _relative(logs, p, h)
        for k in range(1, 8):
            rows[:, k - 1] = logs[p - k] - logs[[p - k - 7 * j for j in range(1, 9)]].mean(axis=0)
        return rows, base

    logs, first = np.log(np.array(Y[:o], dtype=float)), 63 if o >= 70 + H else 56
    return np.exp(_more_pool(make_model, logs, o, H, relative if first == 63 else _relative, first))


def pooled_forecast__wrong_log_of_mean_once_more(make_model, Y, o, H):
    """The base is the logarithm of the mean of eight days, not the mean of logarithms."""

    def relative(logs, p, h):
        return _relative(logs, p, h, lambda weeks, axis: np.log(np.exp(weeks).mean(axis=axis)))

    return np.exp(_more_pool(make_model, np.log(np.array(Y[:o], dtype=float)), o, H, relative))


def pooled_forecast__wrong_log1p(make_model, Y, o, H):
    """log1p and expm1 in place of log and exp: small sales such as 0.5 and 2."""
    return np.expm1(_more_pool(make_model, np.log1p(np.array(Y[:o], dtype=float)), o, H))


def pooled_forecast__wrong_reshape_of_series(make_model, Y, o, H):
    """Answers by series are reshaped to (H, n_series) without a transpose: H = 2, 3 series."""
    logs = np.log(np.array(Y[:o], dtype=float))
    said = _more_pool(make_model, logs, o, H)
    bases = np.array([_relative(logs, o, h)[1] for h in range(1, H + 1)])
    return np.exp((said - bases).T.reshape(H, -1) + bases)


def pooled_forecast__wrong_squeezed(make_model, Y, o, H):
    """squeeze() drops the axis of a single series (or a single day): Y of one column."""
    return pooled_forecast__right_by_origin(make_model, Y, o, H).squeeze()


def pooled_forecast__wrong_same_origins_for_all(make_model, Y, o, H):
    """Only origins whose H targets are all known train the model: short distances lose rows, H = 2."""
    logs = np.log(np.array(Y[:o], dtype=float))
    return np.exp(_more_pool(make_model, logs, o, H, last=o - H))


def pooled_forecast__wrong_log_in_place(make_model, Y, o, H):
    """np.log(Y, out=Y) on np.asarray(Y, float): a float Y is changed."""
    logs = np.asarray(Y, dtype=float)
    with np.errstate(all="ignore"):
        np.log(logs, out=logs)
    return np.exp(_more_pool(make_model, logs, o, H))


def pooled_forecast__wrong_distance_modulo_week(make_model, Y, o, H):
    """The eighth input is the place in the week, (h - 1) % 7 + 1: h = 8 looks like h = 1."""

    def relative(logs, p, h):
        rows, base = _relative(logs, p, h)
        rows[:, 7] = (h - 1) % 7 + 1
        return rows, base

    return np.exp(_more_pool(make_model, np.log(np.array(Y[:o], dtype=float)), o, H, relative))


def _squares(preds, y_val):
    """Mean squared errors of open days."""
    y = np.asarray(y_val, dtype=float)
    is_open = ~np.isnan(y)
    return {
        k: float(np.mean((np.asarray(f, dtype=float)[is_open] - y[is_open]) ** 2))
        for k, f in preds.items()
    }


def _shares(sizes):
    """Weights from errors: the least over each, and perfect ones share."""
    least = min(sizes.values())
    raw = {k: (1.0 if v == least else 0.0) if least == 0 else least / v for k, v in sizes.items()}
    return {k: float(v / sum(raw.values())) for k, v in raw.items()}


def inverse_mse_weights__right_least_over_each(preds, y_val):
    """Divides the smallest error by each."""
    return _shares(_squares(preds, y_val))


def inverse_mse_weights__right_fractions_once_more(preds, y_val):
    """Exact sums of squares; the number of days cancels."""
    days = [i for i, v in enumerate(y_val) if not math.isnan(v)]
    sums = {
        k: sum((Fraction(float(f[i])) - Fraction(float(y_val[i]))) ** 2 for i in days)
        for k, f in preds.items()
    }
    perfect = [k for k, v in sums.items() if v == 0]
    if perfect:
        return {k: 1 / len(perfect) if k in perfect else 0.0 for k in preds}
    total = sum(1 / v for v in sums.values())
    return {k: float(1 / v / total) for k, v in sums.items()}


def inverse_mse_weights__right_ratio_of_norms(preds, y_val):
    """math.hypot scales by itself, so no error is too small; ratios of norms are squared last."""
    norms = {
        k: math.hypot(*(float(a) - float(b) for a, b in zip(f, y_val, strict=True) if b == b))
        for k, f in preds.items()
    }
    least = min(norms.values())
    raw = {k: (least / v) ** 2 if least else float(v == 0) for k, v in norms.items()}
    return {k: v / math.fsum(raw.values()) for k, v in raw.items()}


def inverse_mse_weights__wrong_sales_above_zero(preds, y_val):
    """Open days are found by y_val > 0: a day (or logarithm) of 0 or less is left out, y=[0, 5]."""
    y = np.asarray(y_val, dtype=float)
    keep = y > 0
    if not keep.any():
        keep = ~np.isnan(y)
    return _shares(_squares({k: np.asarray(f)[keep] for k, f in preds.items()}, y[keep]))


def inverse_mse_weights__wrong_perfect_by_equality_of_arrays(preds, y_val):
    """Perfect is (f == y_val).all(), never true with a closed day: y=[NaN, 3], f=[1, 3]."""
    sizes = _squares(preds, y_val)
    perfect = [k for k, f in preds.items() if (np.asarray(f) == np.asarray(y_val)).all()]
    if perfect:
        return {k: 1 / len(perfect) if k in perfect else 0.0 for k in preds}
    with np.errstate(all="ignore"):
        raw = min(sizes.values()) / np.array(list(sizes.values()))
        return dict(zip(preds, (raw / raw.sum()).tolist()))


def inverse_mse_weights__wrong_one_perfect_takes_all(preds, y_val):
    """Of two perfect forecasters the first gets all weight."""
    sizes = _squares(preds, y_val)
    best = min(sizes, key=sizes.get)
    if sizes[best] == 0:
        return {k: float(k == best) for k in preds}
    return _shares(sizes)


def inverse_mse_weights__wrong_close_to_perfect(preds, y_val):
    """np.isclose(mse, 0): an error of 1e-5 counts as none, errors 1e-5 and 2e-5."""
    sizes = _squares(preds, y_val)
    return _shares({k: 0.0 if np.isclose(v, 0) else v for k, v in sizes.items()})


def inverse_mse_weights__wrong_square_of_mean_error(preds, y_val):
    """(mean |error|)**2 for the mean square: errors 1 and 3 against 2 and 2."""
    y = np.asarray(y_val, dtype=float)
    return _shares({k: float(np.nanmean(np.abs(f - y)) ** 2) for k, f in preds.items()})


def inverse_mse_weights__wrong_smallest_normal_number(preds, y_val):
    """Errors are kept above np.finfo(float).tiny: 1e-155 and 2e-155 share alike, none is perfect."""
    sizes = _squares(preds, y_val)
    tiny = np.finfo(float).tiny
    return _shares({k: max(v, tiny) if v else 0.0 for k, v in sizes.items()})


def inverse_mse_weights__wrong_errors_in_place(preds, y_val):
    """f -= y_val on the arrays of preds: the forecasts become errors."""
    sizes = {}
    for k, f in preds.items():
        f -= y_val
        sizes[k] = float(np.nanmean(f**2))
    return _shares(sizes)


def inverse_mse_weights__wrong_keyed_by_error(preds, y_val):
    """Names are looked up by their error: two forecasters of the same error become one."""
    sizes = _squares(preds, y_val)
    name = {v: k for k, v in sizes.items()}
    out = {k: 0.0 for k in preds}
    out.update(_shares({k: v for v, k in name.items()}))
    return out


def inverse_mse_weights__wrong_sum_of_inverses_fallback(preds, y_val):
    """1 / mse, and where that is infinite the best takes all: 1e-155 and 2e-155."""
    sizes = _squares(preds, y_val)
    with np.errstate(all="ignore"):
        raw = 1 / np.array(list(sizes.values()))
    if np.isinf(raw).any():
        raw = np.isinf(raw).astype(float)
    return dict(zip(preds, (raw / raw.sum()).tolist()))


def pinball_loss__right_open_rows(y, f, q):
    """Open rows first, then the larger of two lines."""
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    is_open = ~np.isnan(y)
    short = y[is_open, None] - f[is_open]
    if not is_open.any():
        return np.full(len(q), np.nan)
    return np.maximum(q * short, (q - 1) * short).mean(axis=0)


def pinball_loss__right_plain_loops(y, f, q):
    """Loops with fsum and conditions."""
    out = []
    for j, share in enumerate(q):
        prices = []
        for truth, row in zip(y, f):
            gap = float(truth) - float(row[j])
            if not math.isnan(float(truth)):
                prices.append(float(share) * gap if gap > 0 else (1 - float(share)) * -gap)
        out.append(math.fsum(prices) / len(prices) if prices else math.nan)
    return np.array(out, dtype=float)


def pinball_loss__right_half_of_absolute(y, f, q):
    """Half the absolute error plus (q - 1/2) times the signed one, on a table of long form."""
    y, f = np.array(y, dtype=float), np.array(f, dtype=float)
    short = pd.DataFrame(f).rsub(pd.Series(y), axis=0)[~np.isnan(y)]
    tilt = np.array(q, dtype=float) - 0.5
    return (short.abs().mean() / 2).to_numpy() + tilt * short.mean().to_numpy()


def pinball_loss__wrong_reshape_for_transpose(y, f, q):
    """f.reshape(n_quantiles, n_days) in place of f.T: two quantiles and two days."""
    y, f = np.asarray(y, dtype=float), np.asarray(f, dtype=float)
    f = f.reshape(len(q), -1).T
    return pinball_loss__right_open_rows(y, f, q)


def pinball_loss__wrong_quantiles_sorted_once_more(y, f, q):
    """The quantiles are sorted, the columns are not: q=[0.9, 0.1]."""
    return pinball_loss__right_open_rows(y, f, np.sort(q))


def pinball_loss__wrong_sales_above_zero(y, f, q):
    """Open means y > 0: a day without a sale is left out, y=[0, 10]."""
    y, f = np.asarray(y, dtype=float), np.asarray(f, dtype=float)
    return pinball_loss__right_open_rows(y[y > 0], f[y > 0], q)


def pinball_loss__wrong_sklearn_without_days(y, f, q):
    """mean_pinball_loss of sklearn refuses an empty list: no open day must give NaN."""
    y, f = np.asarray(y, dtype=float), np.asarray(f, dtype=float)
    keep = ~np.isnan(y)
    return np.array([mean_pinball_loss(y[keep], f[keep, j], alpha=a) for j, a in enumerate(q)])


def pinball_loss__wrong_zero_times_anything(y, f, q):
    """Closed days get weight 0, but 0 times NaN is NaN: y=[NaN, 10], f=[[NaN], [8]]."""
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    is_open = ~np.isnan(y)
    short = np.where(is_open, y, 0)[:, None] - f
    with np.errstate(all="ignore"):
        return (is_open @ np.maximum(q * short, (q - 1) * short)) / is_open.sum()


def pinball_loss__wrong_closed_rows_cleared(y, f, q):
    """f[closed] = 0 is written into the caller's float array."""
    y, f, q = np.asarray(y, dtype=float), np.asarray(f, dtype=float), np.asarray(q)
    closed = np.isnan(y)
    f[closed] = 0
    short = np.where(closed, 0, y)[:, None] - f
    with np.errstate(all="ignore"):
        return np.maximum(q * short, (q - 1) * short).sum(axis=0) / (~closed).sum()


def pinball_loss__wrong_no_days_is_zero(y, f, q):
    """nansum over max(1, open days): 0 and not NaN where no day was open."""
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    short = y[:, None] - f
    return np.nansum(np.maximum(q * short, (q - 1) * short), axis=0) / max(1, (~np.isnan(y)).sum())


def pinball_loss__wrong_rows_of_any_nan(y, f, q):
    """A closed day with a finite forecast stays in the denominator: y=[NaN, 10], f=[[7], [8]]."""
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    days = np.isfinite(f).all(axis=1) | ~np.isnan(y)
    short = y[:, None] - f
    total = np.nansum(np.maximum(q * short, (q - 1) * short), axis=0)
    with np.errstate(all="ignore"):
        return np.where((~np.isnan(y)).any(), total / days.sum(), np.nan)


def pinball_loss__wrong_type_of_forecast_once_more(y, f, q):
    """y is cast to the type of f: a float y against whole forecasts is cut, y=[10.5], f=[[10]]."""
    y, f = np.asarray(y), np.asarray(f)
    keep = ~np.isnan(y)
    return pinball_loss__right_open_rows(y[keep].astype(f.dtype), f[keep], q)


def _more_scores(y_past, f_past):
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    keep = ~np.isnan(y)
    return np.abs(y[keep] - f[keep]) / f[keep]


def _around(f_new, radius):
    f = np.asarray(f_new, dtype=float)
    return np.column_stack([np.maximum(f - radius * f, 0), f + radius * f])


def _rank(n, level):
    return max(1, math.ceil(round(level * (n + 1), 9)))


def conformal_interval__right_sorted(y_past, f_past, f_new, level):
    """Sort, and take the k-th."""
    scores = np.sort(_more_scores(y_past, f_past))
    k = _rank(len(scores), level)
    return _around(f_new, scores[k - 1] if k <= len(scores) else np.inf)


def conformal_interval__right_scan_of_ranks(y_past, f_past, f_new, level):
    """Goes up the ranks until k / (n + 1) is enough, as whole numbers against the rounded product."""
    pairs = [(float(y), float(f)) for y, f in zip(y_past, f_past) if y == y]
    scores = sorted(abs(y - f) / f for y, f in pairs)
    need = round(float(level) * (len(scores) + 1), 9)
    radius = next((s for k, s in enumerate(scores, 1) if k >= need), math.inf)
    ends = [(max(0.0, f - radius * f), f + radius * f) for f in map(float, f_new)]
    return np.array(ends, dtype=float).reshape(-1, 2)


def conformal_interval__right_partition_with_infinity(y_past, f_past, f_new, level):
    """An infinite score is added for the new day; np.partition selects the k-th of n + 1."""
    y, f = np.array(y_past, dtype=float), np.array(f_past, dtype=float)
    scores = np.append(np.abs((f[y == y] - y[y == y]) / f[y == y]), np.inf)
    k = max(int(-(-round(level * len(scores), 9) // 1)), 1)
    radius = np.partition(scores, k - 1)[k - 1]
    new = np.array(f_new, dtype=float)
    return np.stack([(new * max(0.0, 1 - radius)), new * (1 + radius)], axis=-1)


def conformal_interval__wrong_quantile_higher_once_more(y_past, f_past, f_new, level):
    """np.quantile(k / n, method="higher") goes by n - 1 gaps: 9 scores, level 0.5 gives the sixth."""
    scores = _more_scores(y_past, f_past)
    k = _rank(len(scores), level)
    if k > len(scores):
        return _around(f_new, np.inf)
    return _around(f_new, np.quantile(scores, k / len(scores), method="higher"))


def conformal_interval__wrong_equal_scores_once(y_past, f_past, f_new, level):
    """np.unique drops repeated scores: scores 0.1, 0.1, 0.1, 0.4 at level 0.6."""
    scores = np.unique(_more_scores(y_past, f_past))
    k = _rank(len(scores), level)
    return _around(f_new, scores[k - 1] if k <= len(scores) else np.inf)


def conformal_interval__wrong_radius_at_most_one(y_past, f_past, f_new, level):
    """The radius is cut at 1 to keep the lower end at 0: a score of 2 needs an upper end of 3 f."""
    scores = np.sort(_more_scores(y_past, f_past))
    k = _rank(len(scores), level)
    return _around(f_new, min(1.0, scores[k - 1]) if k <= len(scores) else np.inf)


def conformal_interval__wrong_signed_scores(y_past, f_past, f_new, level):
    """Scores keep their sign: three days of -0.5 and one of 0.1 give a radius of 0.1."""
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    scores = np.sort(((y - f) / f)[~np.isnan(y)])
    k = _rank(len(scores), level)
    return _around(f_new, scores[k - 1] if k <= len(scores) else np.inf)


def conformal_interval__wrong_share_of_mean_forecast(y_past, f_past, f_new, level):
    """Errors are divided by the mean past forecast: f_past=[10, 100]."""
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    keep = ~np.isnan(y)
    scores = np.sort(np.abs(y[keep] - f[keep])) / (f[keep].mean() if keep.any() else 1.0)
    k = _rank(len(scores), level)
    return _around(f_new, scores[k - 1] if k <= len(scores) else np.inf)


def conformal_interval__wrong_level_rounded_once_more(y_past, f_past, f_new, level):
    """The level is rounded to nine decimals, not the product: 0.28 of 25 ranks is a little over 7."""
    scores = np.sort(_more_scores(y_past, f_past))
    k = math.ceil(round(level, 9) * (len(scores) + 1))
    return _around(f_new, scores[k - 1] if k <= len(scores) else np.inf)


def conformal_interval__wrong_whole_percent(y_past, f_past, f_new, level):
    """Whole percents for exact arithmetic: level 0.995 becomes 1.0 or 0.99."""
    scores = np.sort(_more_scores(y_past, f_past))
    k = max(1, -(-round(100 * level) * (len(scores) + 1) // 100))
    return _around(f_new, scores[k - 1] if k <= len(scores) else np.inf)


def conformal_interval__wrong_sold_nothing_is_closed(y_past, f_past, f_new, level):
    """Days are kept by y_past > 0: a sale of 0 on an open day (score 1) is left out."""
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    return conformal_interval__right_sorted(y[y > 0], f[y > 0], f_new, level)


def conformal_interval__wrong_no_open_day_fails(y_past, f_past, f_new, level):
    """min(k, n) picks a score before the test for infinity: no open day raises an IndexError."""
    scores = np.sort(_more_scores(y_past, f_past))
    k = _rank(len(scores), level)
    radius = scores[min(k, len(scores)) - 1]
    return _around(f_new, radius if k <= len(scores) else np.inf)


def _cover(n, cu, co):
    return max(1, math.ceil(round(n * cu / (cu + co), 9)))


def order_quantity__right_sorted_once_more(samples, cu, co):
    """Sort, and cover the rounded number of samples."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    return float(ordered[_cover(len(ordered), cu, co) - 1])


def order_quantity__right_count_covered(samples, cu, co):
    """The smallest sample that covers enough: counts of distinct values, added up."""
    need, covered = round(len(samples) * cu / (cu + co), 9), 0
    counts = pd.Series(np.array(samples, dtype=float)).value_counts().sort_index()
    for value, count in counts.items():
        covered += count
        if covered >= need:
            return float(value)
    return float(counts.index[-1])


def order_quantity__right_decimal_costs(samples, cu, co):
    """Exact mean costs of every sample, with the costs as the decimals that they are written as."""
    days = sorted(Fraction(float(v)) for v in samples)
    under, over = Fraction(str(float(cu))), Fraction(str(float(co)))
    # At the k-th sample one more costs over * k, and spares under * (n - k).
    for k, value in enumerate(days, 1):
        if over * k >= under * (len(days) - k) or k == len(days):
            return float(value)
    raise AssertionError


def order_quantity__wrong_share_rounded_once_more(samples, cu, co):
    """The share is rounded to nine decimals, then multiplied: costs 0.01 and 0.06, seven samples."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    k = math.ceil(len(ordered) * round(cu / (cu + co), 9))
    return float(ordered[max(k, 1) - 1])


def order_quantity__wrong_two_decimals(samples, cu, co):
    """Rounds the number to cover to two decimals: 3 samples, cu=3346, co=6654 (1.0038)."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    return float(ordered[max(1, math.ceil(round(len(ordered) * cu / (cu + co), 2))) - 1])


def order_quantity__wrong_float_costs_compared(samples, cu, co):
    """argmin of float costs over sorted samples: [0.1, 0.2, 0.3], cu=0.2, co=0.1 is a tie that rounding breaks."""
    days = np.sort(np.asarray(samples, dtype=float))
    gaps = days[None, :] - days[:, None]
    cost = np.where(gaps > 0, cu * gaps, -co * gaps).mean(axis=1)
    return float(days[cost.argmin()])


def order_quantity__wrong_repeated_once(samples, cu, co):
    """np.unique weighs every value once: samples [10, 10, 10, 40], equal costs cover [10, 40]."""
    ordered = np.unique(np.asarray(samples, dtype=float))
    return float(ordered[_cover(len(ordered), cu, co) - 1])


def order_quantity__wrong_last_place_for_none(samples, cu, co):
    """k - 1 = -1 takes the largest sample when nearly nothing is to cover: cu=1e-12, co=1."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    return float(ordered[math.ceil(round(len(ordered) * cu / (cu + co), 9)) - 1])


def order_quantity__wrong_sorts_in_place_once_more(samples, cu, co):
    """samples.sort() turns the caller's array round."""
    samples.sort()
    return float(samples[_cover(len(samples), cu, co) - 1])


def order_quantity__wrong_days_without_demand(samples, cu, co):
    """Samples of 0 are dropped as no demand: [0, 0, 0, 9] with equal costs."""
    days = np.asarray(samples, dtype=float)
    some = days[days != 0]
    return order_quantity__right_sorted_once_more(some if len(some) else days, cu, co)


def order_quantity__wrong_closest_observation(samples, cu, co):
    """np.quantile(method="closest_observation") rounds the rank to the nearest: 5 samples, share 0.25."""
    days = np.asarray(samples, dtype=float)
    share = round(cu / (cu + co) * len(days), 9) / len(days)
    return float(np.quantile(days, share, method="closest_observation"))


def order_quantity__wrong_narrow_costs(samples, cu, co):
    """Mean costs from differences in the type of the samples: uint8 [10, 40, 20] wraps below 0."""
    samples = np.asarray(samples)
    days = np.sort(samples)
    cost = [
        round(
            float((cu * np.maximum(samples - d, 0.0) + co * np.maximum(d - samples, 0.0)).mean()), 9
        )
        for d in days
    ]
    return float(days[int(np.argmin(cost))])


TRUE = {
    "pooled_forecast__wrong_full_horizon_only": ("whole_horizons_only",),
    "pooled_forecast__wrong_whole_origins": ("whole_horizons_only",),
    "pooled_forecast__wrong_same_origins_for_all": ("whole_horizons_only",),
    "break_blend__wrong_constant": ("every_day_alike",),
    "break_blend__wrong_window_one": ("window_of_one_day",),
    "break_blend__wrong_straight_line": ("a_steady_rise",),
    "break_blend__wrong_one_day_blocks": ("one_day_ahead",),
    "break_blend__wrong_alternating": ("every_day_alike",),
    "break_blend__wrong_too_short": ("too_few_days",),
    "break_blend__wrong_too_long": ("too_many_days",),
    "break_blend__wrong_same_weight": ("one_day_ahead",),
    "break_blend__wrong_large_values": ("days_out_of_range",),
    "origin_features__wrong_lag_seven_of_target": ("week_before_target",),
    "origin_features__wrong_h_floor": ("a_week_too_old",),
    "origin_features__wrong_two_weeks_at_most": ("two_weeks_at_most",),
    "origin_features__wrong_weekday_of_origin": ("weekday_of_origin",),
    "origin_features__wrong_weekday_plus_h": ("target_of_the_day_after",),
    "origin_features__wrong_oldest_first": ("lags_oldest_first",),
    "origin_features__wrong_mean_from_the_end": ("counted_from_the_end",),
    "origin_features__wrong_mean_includes_origin": ("mean_includes_origin",),
    "origin_features__wrong_mean_of_all": ("mean_of_all_days",),
    "origin_features__wrong_lags_from_the_end": ("counted_from_the_end",),
    "origin_features__wrong_integer_array": ("kept_in_the_type_of_y",),
    "origin_features__wrong_lags_of_target": ("lags_before_target",),
    "kill_features__wrong_one_day_ahead": ("one_day_ahead_only",),
    "kill_features__wrong_within_a_week": ("within_a_week_only",),
    "kill_features__wrong_within_two_weeks": ("within_two_weeks_only",),
    "kill_features__wrong_origin_is_multiple_of_seven": ("origin_of_whole_weeks",),
    "kill_features__wrong_ends_at_origin": ("series_ends_at_origin",),
    "kill_features__wrong_linear_series": ("within_two_weeks_only",),
    "direct_forecast__wrong_targets_after_origin": ("trained_past_origin",),
    "direct_forecast__wrong_last_row_missing": ("last_pair_missing",),
    "direct_forecast__wrong_same_rows_for_all": ("same_pairs_for_all",),
    "direct_forecast__wrong_first_origin_missing": ("first_pair_missing",),
    "direct_forecast__wrong_clipped": ("nothing_below_zero",),
    "direct_forecast__wrong_recursive": ("forecast_fed_back",),
    "direct_forecast__wrong_one_model_refitted": ("same_model_again",),
    "direct_forecast__wrong_one_model_for_all": ("one_model_for_all",),
    "direct_forecast__wrong_target_day_late": ("targets_a_day_late",),
    "direct_forecast__wrong_features_one_ahead": ("features_without_distance",),
    "direct_forecast__wrong_shape": ("forecast_in_brackets",),
    "direct_forecast__wrong_origins_h_apart": ("end_of_series_for_origin",),
    "pooled_forecast__wrong_oldest_first": ("oldest_day_first",),
    "pooled_forecast__wrong_leak": ("target_after_the_origin",),
    "pooled_forecast__wrong_last_target_missing": ("last_target_missing",),
    "pooled_forecast__wrong_first_origin": ("first_origin_missing",),
    "pooled_forecast__wrong_no_distance": ("distance_left_out",),
    "pooled_forecast__wrong_distance_from_zero": ("distance_from_zero",),
    "pooled_forecast__wrong_no_logs": ("sales_not_logarithms",),
    "pooled_forecast__wrong_model_per_series": ("model_for_each_series",),
    "pooled_forecast__wrong_base_not_put_back": ("base_not_put_back",),
    "pooled_forecast__wrong_one_base_for_all_days": ("base_of_all_weekdays",),
    "pooled_forecast__wrong_week_ahead_only": ("a_week_at_most",),
    "pooled_forecast__wrong_lags_not_relative": ("inputs_not_relative",),
    "pooled_forecast__wrong_base_misaligned": ("bases_not_turned",),
    "inverse_mse_weights__wrong_plain_inverse": ("tiny_errors_overflow",),
    "inverse_mse_weights__wrong_epsilon": ("constant_added",),
    "inverse_mse_weights__wrong_perfect_takes_all": ("first_perfect_takes_all",),
    "inverse_mse_weights__wrong_absolute_errors": ("inverse_mae",),
    "inverse_mse_weights__wrong_root": ("inverse_rmse",),
    "inverse_mse_weights__wrong_nan_spreads": ("closed_day_spreads",),
    "inverse_mse_weights__wrong_closed_is_zero": ("closed_day_sold_nothing",),
    "inverse_mse_weights__wrong_zero_division": ("perfect_divides_by_zero",),
    "inverse_mse_weights__wrong_proportional": ("larger_error_larger_weight",),
    "inverse_mse_weights__wrong_not_normalised": ("not_scaled_to_one",),
    "inverse_mse_weights__wrong_tolerance": ("small_errors_taken_for_none",),
    "inverse_mse_weights__wrong_variance": ("inverse_variance",),
    "pinball_loss__wrong_prices_exchanged": ("prices_exchanged",),
    "pinball_loss__wrong_unsigned": ("differences_wrap_around",),
    "pinball_loss__wrong_nan_spreads": ("closed_day_makes_nan",),
    "pinball_loss__wrong_closed_costs_nothing": ("closed_days_counted",),
    "pinball_loss__wrong_sorted_quantiles": ("quantiles_sorted",),
    "pinball_loss__wrong_one_mean": ("one_loss_for_all",),
    "pinball_loss__wrong_too_high_free": ("too_high_costs_nothing",),
    "pinball_loss__wrong_sum": ("summed_not_averaged",),
    "pinball_loss__wrong_twice": ("twice_the_loss",),
    "pinball_loss__wrong_zero_if_closed": ("zero_if_never_open",),
    "pinball_loss__wrong_sign_of_high": ("gain_for_being_high",),
    "pinball_loss__wrong_both_cost_q": ("both_cost_the_same",),
    "conformal_interval__wrong_np_quantile": ("interpolated_quantile",),
    "conformal_interval__wrong_n_not_n_plus_one": ("quantile_of_past_scores",),
    "conformal_interval__wrong_not_rounded": ("rank_in_floats",),
    "conformal_interval__wrong_largest_when_short": ("largest_for_infinite",),
    "conformal_interval__wrong_absolute_score": ("radius_in_units",),
    "conformal_interval__wrong_share_of_sales": ("share_of_the_truth",),
    "conformal_interval__wrong_below_zero": ("below_zero",),
    "conformal_interval__wrong_closed_counted": ("closed_days_in_the_count",),
    "conformal_interval__wrong_signed_quantiles": ("two_signed_quantiles",),
    "conformal_interval__wrong_rank_too_high": ("one_rank_too_high",),
    "conformal_interval__wrong_floor": ("rank_rounded_down",),
    "conformal_interval__wrong_two_sided": ("half_of_the_rest_a_side",),
    "conformal_interval__wrong_unsorted": ("scores_as_they_come",),
    "order_quantity__wrong_np_quantile": ("between_samples",),
    "order_quantity__wrong_exchanged": ("costs_swapped",),
    "order_quantity__wrong_not_rounded": ("ratio_in_floats",),
    "order_quantity__wrong_floor_index": ("next_sample_up",),
    "order_quantity__wrong_brute_force": ("costs_compared_exactly",),
    "order_quantity__wrong_narrow_integers": ("error_in_narrow_types",),
    "order_quantity__wrong_tiny_share": ("place_before_the_first",),
    "order_quantity__wrong_largest_of_equals": ("next_sample_up",),
    "order_quantity__wrong_mean": ("mean_demand",),
    "order_quantity__wrong_unsorted": ("samples_as_they_come",),
    "order_quantity__wrong_sorts_in_place": ("sorted_in_place",),
    "order_quantity__wrong_ratio": ("ratio_of_costs",),
    "order_quantity__wrong_unique_values": ("each_value_once",),
    "order_departments__wrong_forecast_only": ("mean_of_four_weeks",),
    "order_departments__wrong_baseline": ("quantile_of_all_days",),
    "order_departments__wrong_last_week": ("last_week_again",),
    "order_departments__wrong_transposed": ("days_and_departments_swapped",),
    "origin_features__wrong_oldest_first_again": ("lags_oldest_first",),
    "origin_features__wrong_weekday_of_origin_again": ("weekday_of_origin",),
    "origin_features__wrong_target_is_o_plus_h": ("target_of_the_day_after",),
    "origin_features__wrong_mean_of_all_again": ("mean_of_all_days",),
    "origin_features__wrong_two_weeks_at_most_again": ("two_weeks_at_most",),
    "origin_features__wrong_narrow_sum": ("sum_wraps_around",),
    "direct_forecast__wrong_targets_after_origin_again": ("trained_past_origin",),
    "direct_forecast__wrong_same_origins_for_all": ("same_pairs_for_all",),
    "direct_forecast__wrong_one_origin_short": ("last_pair_missing",),
    "direct_forecast__wrong_one_step_model_for_all": ("model_of_one_day_ahead",),
    "direct_forecast__wrong_recursive_again": ("forecast_fed_back",),
    "direct_forecast__wrong_clipped_again": ("nothing_below_zero",),
    "direct_forecast__wrong_starts_at_29": ("first_pair_missing",),
    "pooled_forecast__wrong_a_model_for_each_series": ("model_for_each_series",),
    "pooled_forecast__wrong_leaks_targets": ("target_after_the_origin",),
    "pooled_forecast__wrong_oldest_first_again": ("oldest_day_first",),
    "pooled_forecast__wrong_mean_before_log": ("sales_not_logarithms",),
    "pooled_forecast__wrong_base_forgotten": ("base_not_put_back",),
    "pooled_forecast__wrong_first_origin_57": ("first_origin_missing",),
    "inverse_mse_weights__wrong_rmse": ("inverse_rmse",),
    "inverse_mse_weights__wrong_one_over_infinite": ("tiny_errors_overflow",),
    "inverse_mse_weights__wrong_epsilon_again": ("constant_added",),
    "inverse_mse_weights__wrong_winner_takes_all": ("first_perfect_takes_all",),
    "inverse_mse_weights__wrong_closed_is_zero_again": ("closed_day_sold_nothing",),
    "inverse_mse_weights__wrong_nan_mean": ("closed_day_spreads",),
    "inverse_mse_weights__wrong_absolute": ("inverse_mae",),
    "pinball_loss__wrong_prices_exchanged_again": ("prices_exchanged",),
    "pinball_loss__wrong_narrow_type": ("differences_wrap_around",),
    "pinball_loss__wrong_closed_counted": ("closed_days_counted",),
    "pinball_loss__wrong_nan_kept": ("closed_day_makes_nan",),
    "pinball_loss__wrong_doubled": ("twice_the_loss",),
    "conformal_interval__wrong_plain_quantile": ("interpolated_quantile",),
    "conformal_interval__wrong_n_not_n_plus_one_again": ("quantile_of_past_scores",),
    "conformal_interval__wrong_largest_instead_of_infinite": ("largest_for_infinite",),
    "conformal_interval__wrong_binary_rank": ("rank_in_floats",),
    "conformal_interval__wrong_negative_lower_end": ("below_zero",),
    "conformal_interval__wrong_absolute_scores": ("radius_in_units",),
    "conformal_interval__wrong_share_of_sales_again": ("share_of_the_truth",),
    "order_quantity__wrong_interpolated": ("between_samples",),
    "order_quantity__wrong_ratio_turned": ("costs_swapped",),
    "order_quantity__wrong_binary_ceiling": ("ratio_in_floats",),
    "order_quantity__wrong_floor_index_again": ("next_sample_up",),
    "order_quantity__wrong_ratio_of_costs": ("ratio_of_costs",),
    "order_quantity__wrong_unsorted_again": ("samples_as_they_come",),
    "order_quantity__wrong_distinct_samples": ("each_value_once",),
    "break_blend__wrong_largest_of_equals": ("same_weight_chosen",),
    "origin_features__wrong_two_weeks_at_most_once_more": ("two_weeks_at_most",),
    "origin_features__wrong_week_border": ("a_week_too_old",),
    "origin_features__wrong_sum_of_narrow": ("sum_wraps_around",),
    "kill_features__wrong_whole_weeks": ("origin_of_whole_weeks",),
    "kill_features__wrong_ends_at_origin_once_more": ("series_ends_at_origin",),
    "kill_features__wrong_one_week_ahead": ("within_a_week_only",),
    "kill_features__wrong_two_weeks_ahead": ("within_two_weeks_only",),
    "direct_forecast__wrong_one_model_refitted_once_more": ("same_model_again",),
    "direct_forecast__wrong_rows_to_the_end": ("end_of_series_for_origin",),
    "pooled_forecast__wrong_base_not_turned": ("bases_not_turned",),
    "pooled_forecast__wrong_log_of_mean": ("logarithm_of_a_mean",),
    "pooled_forecast__wrong_distance_from_zero_once_more": ("distance_from_zero",),
    "pooled_forecast__wrong_model_for_each_series": ("model_for_each_series",),
    "inverse_mse_weights__wrong_tolerance_once_more": ("small_errors_taken_for_none",),
    "inverse_mse_weights__wrong_first_perfect": ("first_perfect_takes_all",),
    "inverse_mse_weights__wrong_small_number_added": ("constant_added",),
    "pinball_loss__wrong_quantiles_sorted": ("quantiles_sorted",),
    "pinball_loss__wrong_never_open_costs_nothing": ("zero_if_never_open",),
    "conformal_interval__wrong_level_rounded": ("rank_in_floats",),
    "break_blend__wrong_blocks_of_one_day_once_more": ("one_day_ahead",),
    "break_blend__wrong_window_of_one_once_more": ("one_day_ahead",),
    "origin_features__wrong_builtin_sum": ("sum_wraps_around",),
    "origin_features__wrong_at_most_two_weeks_back": ("two_weeks_at_most",),
    "origin_features__wrong_weekday_from_origin": ("weekday_counted_from_origin",),
    "kill_features__wrong_origins_of_whole_weeks": ("origin_of_whole_weeks",),
    "kill_features__wrong_one_week_ahead_once_more": ("within_a_week_only",),
    "kill_features__wrong_two_weeks_ahead_once_more": ("within_two_weeks_only",),
    "kill_features__wrong_y_ends_at_origin": ("series_ends_at_origin",),
    "direct_forecast__wrong_one_model_refitted_once_again": ("same_model_again",),
    "direct_forecast__wrong_all_of_y": ("end_of_series_for_origin",),
    "pooled_forecast__wrong_log_of_mean_once_more": ("logarithm_of_a_mean",),
    "inverse_mse_weights__wrong_one_perfect_takes_all": ("first_perfect_takes_all",),
    "inverse_mse_weights__wrong_close_to_perfect": ("small_errors_taken_for_none",),
    "pinball_loss__wrong_quantiles_sorted_once_more": ("quantiles_sorted",),
    "pinball_loss__wrong_no_days_is_zero": ("zero_if_never_open",),
    "conformal_interval__wrong_level_rounded_once_more": ("rank_in_floats",),
    "order_quantity__wrong_share_rounded_once_more": ("ratio_in_floats",),
    "order_quantity__wrong_float_costs_compared": ("costs_compared_exactly",),
    "order_quantity__wrong_repeated_once": ("each_value_once",),
    "order_quantity__wrong_last_place_for_none": ("place_before_the_first",),
    "order_quantity__wrong_sorts_in_place_once_more": ("sorted_in_place",),
}


# ---- written later, for slips of the second order ----


def order_quantity__right_sorted_again(samples, cu, co):
    ordered = np.sort(np.asarray(samples))
    cover = math.ceil(round(len(ordered) * cu / (cu + co), 9))
    return float(ordered[max(cover, 1) - 1])


def order_quantity__right_least_cost_fractions(samples, cu, co):
    under, over = Fraction(str(cu)), Fraction(str(co))
    demands = [Fraction(float(x)) for x in samples]

    def cost(q):
        return sum(under * (d - q) if d > q else over * (q - d) for d in demands)

    return float(min(sorted(set(demands)), key=cost))


def order_quantity__right_cumulated_counts(samples, cu, co):
    counts = pd.Series(list(samples)).astype(float).value_counts().sort_index().cumsum()
    need = round(cu / (cu + co) * len(samples), 9)
    return float(counts.index[(counts >= need).to_numpy().argmax()])


def order_quantity__right_inverted_cdf(samples, cu, co):
    """numpy's inverse of the distribution, with the number to cover rounded first."""
    x = np.asarray(samples).astype(float)
    cover = max(1, math.ceil(round(x.size * cu / (cu + co), 9)))
    return float(np.partition(x, cover - 1)[cover - 1])


def order_quantity__wrong_interpolated_again(samples, cu, co):
    """np.quantile interpolates between samples: the quantity need not be one of them."""
    return float(np.quantile(samples, cu / (cu + co)))


def order_quantity__wrong_index_without_minus_one(samples, cu, co):
    """Takes the sample behind the last one that must be covered, int(n * q) counted from 0: one too large when n * q is a whole number."""
    ordered = np.sort(samples)
    return float(ordered[min(int(round(len(ordered) * cu / (cu + co), 9)), len(ordered) - 1)])


def order_quantity__wrong_not_rounded_again(samples, cu, co):
    """Does not round the number of samples to cover before it rounds it up: 7 x 0.01 / 0.07 is a little more than 1 in floats, so one sample too many is covered."""
    ordered = np.sort(samples)
    q = cu / (cu + co)
    return float(ordered[math.ceil(len(ordered) * q) - 1])


def order_quantity__wrong_share_rounded(samples, cu, co):
    """Rounds the share to nine decimals, and then multiplies: a seventh becomes 0.142857143, and seven of it are more than 1."""
    ordered = np.sort(samples)
    share = round(cu / (cu + co), 9)
    return float(ordered[math.ceil(share * len(ordered)) - 1])


def order_quantity__wrong_costs_exchanged(samples, cu, co):
    """Covers the share co / (cu + co): the dearer a missing unit, the less it orders."""
    ordered = np.sort(samples)
    return float(ordered[math.ceil(round(len(ordered) * co / (cu + co), 9)) - 1])


def order_quantity__wrong_ratio_of_costs_again(samples, cu, co):
    """Takes cu / co, cut off at 1, for the share to cover: as soon as a missing unit costs as much as one left over it orders the largest demand."""
    ordered = np.sort(samples)
    share = min(cu / co, 1.0)
    return float(ordered[max(math.ceil(round(len(ordered) * share, 9)), 1) - 1])


def order_quantity__wrong_demands_once(samples, cu, co):
    """np.unique removes repeated demands: a demand that comes often is as likely as a rare one."""
    ordered = np.unique(samples)
    return float(ordered[max(math.ceil(round(len(ordered) * cu / (cu + co), 9)), 1) - 1])


def order_quantity__wrong_largest_of_the_best(samples, cu, co):
    """Tries the samples from the largest on: of two with the same mean cost the larger is kept."""
    under, over = Fraction(str(cu)), Fraction(str(co))
    demands = [Fraction(float(x)) for x in samples]

    def cost(q):
        return sum(under * max(d - q, 0) + over * max(q - d, 0) for d in demands)

    return float(min(sorted(demands, reverse=True), key=cost))


def order_quantity__wrong_least_cost_in_floats(samples, cu, co):
    """Compares mean costs as floats without a tolerance: where two are equal the last digit may choose the larger sample."""
    x = np.sort(np.asarray(samples, dtype=float))
    costs = [np.mean(np.where(x > q, cu * (x - q), co * (q - x))) for q in x]
    return float(x[int(np.argmin(costs))])


def order_quantity__wrong_unsigned_difference(samples, cu, co):
    """Subtracts samples in their own type: with unsigned integers a negative difference becomes a huge number, and with small ones it overflows."""
    x = np.sort(samples)
    best, best_cost = None, None
    for q in x:
        d = x - q
        cost = round(float((np.where(d > 0, cu * d, -co * d.astype(float))).mean()), 9)
        if best_cost is None or cost < best_cost:
            best, best_cost = q, cost
    return float(best)


def order_quantity__wrong_sorted_in_place(samples, cu, co):
    """Sorts the caller's array in place: the samples must be left as they are."""
    samples.sort()
    cover = math.ceil(round(len(samples) * cu / (cu + co), 9))
    return float(samples[max(cover, 1) - 1])


def order_quantity__wrong_not_sorted(samples, cu, co):
    """Takes the number to cover as a place in the samples as they come: they are in any order."""
    cover = math.ceil(round(len(samples) * cu / (cu + co), 9))
    return float(samples[max(cover, 1) - 1])


def order_quantity__wrong_nearest_sample(samples, cu, co):
    """Takes the sample nearest to the interpolated quantile: it can be the one below, which does not cover enough."""
    return float(np.quantile(np.asarray(samples, float), cu / (cu + co), method="nearest"))


def order_quantity__wrong_next_sample_of_the_line(samples, cu, co):
    """np.quantile with method="higher" counts places from 0 to n - 1, so it looks for the share of n - 1 steps and not of n samples."""
    return float(np.quantile(np.asarray(samples, float), cu / (cu + co), method="higher"))


def order_quantity__wrong_number_rounded_to_nearest(samples, cu, co):
    """Rounds the number of samples to cover to the nearest whole number, not up: 1.3 becomes 1."""
    ordered = np.sort(samples)
    return float(ordered[max(round(len(ordered) * cu / (cu + co)), 1) - 1])


def order_quantity__wrong_whole_units(samples, cu, co):
    """Cuts the quantity to whole units: a demand of 2.5 becomes 2, which is none of the samples."""
    ordered = np.sort(samples)
    cover = math.ceil(round(len(ordered) * cu / (cu + co), 9))
    return float(int(ordered[max(cover, 1) - 1]))


TRUE |= {
    "order_quantity__wrong_interpolated_again": ("between_samples",),
    "order_quantity__wrong_index_without_minus_one": ("next_sample_up",),
    "order_quantity__wrong_not_rounded_again": ("ratio_in_floats",),
    "order_quantity__wrong_share_rounded": ("ratio_in_floats", "place_before_the_first"),
    "order_quantity__wrong_costs_exchanged": ("costs_swapped",),
    "order_quantity__wrong_ratio_of_costs_again": ("ratio_of_costs",),
    "order_quantity__wrong_demands_once": ("each_value_once",),
    "order_quantity__wrong_largest_of_the_best": ("next_sample_up",),
    "order_quantity__wrong_least_cost_in_floats": ("costs_compared_exactly",),
    "order_quantity__wrong_sorted_in_place": ("sorted_in_place",),
    "order_quantity__wrong_not_sorted": ("samples_as_they_come",),
}


# ---- Twelfth bank


def _bb_backtest(y, window, h, defect=None, ties="first", swap=False):
    """The back-test in exact arithmetic, with a defect if asked."""
    y = [Fraction(v) for v in y]
    n = len(y)
    vo, to = n - 2 * h, n - h

    def mean(values):
        return sum(values, Fraction(0)) / len(values)

    def block(origin, days, where):
        last = y[origin - 1]
        out = []
        for t in days:
            if defect == "window_ends_at_target":
                m = mean(y[t - window + 1 : t + 1])
            elif defect == "window_moves_on":
                m = mean(y[t - window : t])
            elif defect == "shuffled_validation" and where == "val":
                m = mean(y[origin - window : origin] + y[to:])
            else:
                m = mean(y[origin - window : origin])
            out.append((last, m, y[t]))
        return out

    val = block(vo, range(vo, to), "val")
    test = block(vo if defect == "stale_origin" else to, range(to, n), "test")

    def loss(rows, w):
        if swap:
            w = 1 - w
        return mean([abs(w * m + (1 - w) * last - actual) for last, m, actual in rows])

    ws = [Fraction(k, 4) for k in range(5)]
    if ties == "last":
        ws = ws[::-1]
    chosen = min(ws, key=lambda w: loss(test if defect == "weight_from_test" else val, w))
    return loss(val if defect == "validation_reported" else test, chosen)


def break_blend__right_one_series_for_all(defect):
    return [21, 16, 3, 24, 5, 16, 26], 2, 2


def break_blend__right_random_search(defect):
    rng = random.Random(defect)
    while True:
        window, h = rng.randint(2, 4), rng.randint(2, 3)
        y = [rng.randint(0, 99) for _ in range(window + 2 * h)]
        good, bad = _bb_backtest(y, window, h), _bb_backtest(y, window, h, defect)
        if abs(good - bad) > Fraction(1, 2):
            return y, window, h


def break_blend__right_enumerated(defect):
    window, h = 2, 2
    for y in itertools.product((0, 7, 20, 60), repeat=window + 2 * h):
        if _bb_backtest(y, window, h) != _bb_backtest(y, window, h, defect):
            return list(y), window, h
    raise AssertionError


def _bb_good():
    return [21, 16, 3, 24, 5, 16, 26], 2, 2


def break_blend__wrong_weights_differ_error_same(defect):
    """Checks only that the defect chooses another weight: for weight_from_test both weights err alike in the test."""
    if defect == "weight_from_test":
        return [10, 7, 7, 1, 10, 3, 0, 7], 3, 2
    return _bb_good()


def break_blend__wrong_ties_to_largest(defect):
    """Searched with a back-test that takes the largest of equal weights: for shuffled_validation nothing differs."""
    if defect == "shuffled_validation":
        return [2, 2, 5, 1], 2, 1
    return _bb_good()


def break_blend__wrong_weight_on_last_day(defect):
    """Searched with w on the last day and 1 - w on the mean: for window_ends_at_target the errors are equal."""
    if defect == "window_ends_at_target":
        return [3, 0, 5, 2, 1, 1, 0, 2, 0, 0, 2], 3, 3
    return _bb_good()


def break_blend__wrong_one_day_blocks_at_last(defect):
    """Blocks of one day for window_moves_on: with h = 1 no window moves, so nothing can differ."""
    if defect == "window_moves_on":
        return [10, 2, 30, 7, 50, 21], 2, 1
    return _bb_good()


def break_blend__wrong_window_one_at_last(defect):
    """A window of 1 for weight_from_test: mean and last day are the same, so every weight errs alike."""
    if defect == "weight_from_test":
        return [5, 40, 12, 80, 3, 60], 1, 2
    return _bb_good()


def break_blend__wrong_validation_mean_of_test_alone(defect):
    """Took shuffled_validation for the mean of the test days alone: here the described defect changes nothing."""
    if defect == "shuffled_validation":
        return [6, 6, 2, 4, 8, 11], 4, 1
    return _bb_good()


def break_blend__wrong_stale_mean_only(defect):
    """For stale_origin moved only the mean to the old origin: here the described defect changes nothing."""
    if defect == "stale_origin":
        return [11, 12, 4, 3, 2, 4, 8], 4, 1
    return _bb_good()


def break_blend__wrong_window_ends_only_in_test(defect):
    """Put window_ends_at_target into the test block alone: in both blocks the errors are equal."""
    if defect == "window_ends_at_target":
        return [12, 2, 11, 2, 6, 12, 0, 1, 5, 10], 4, 3
    return _bb_good()


def break_blend__wrong_squared_error(defect):
    """Chose weights by squared error: for weight_from_test this series does not differ by absolute error."""
    if defect == "weight_from_test":
        return [10, 10, 3, 3, 3, 2, 7, 3, 10, 9], 3, 3
    return _bb_good()


def break_blend__wrong_two_weights_only(defect):
    """Let the back-test choose between 0 and 1 alone: with five weights shuffled_validation changes nothing here."""
    if defect == "shuffled_validation":
        return [2, 10, 8, 4, 11, 5, 11, 5], 2, 3
    return _bb_good()


def break_blend__wrong_one_day_short_at_last(defect):
    """One day fewer than window + 2 h, always."""
    return [16, 3, 24, 5, 16], 2, 2


def break_blend__wrong_hundred(defect):
    """A day of 100, always: each day is at most 99."""
    return [0, 100, 3, 24, 5, 16, 26], 2, 2


def break_blend__wrong_twenty_one_days(defect):
    """21 days, for every defect: at most 20 are allowed."""
    return [9] * 14 + [21, 16, 3, 24, 5, 16, 26], 2, 2


def break_blend__wrong_sawtooth_for_validation_reported(defect):
    """A sawtooth for validation_reported: both blocks look the same, so the two errors are equal."""
    if defect == "validation_reported":
        return [0, 10] * 5, 2, 2
    return _bb_good()


def origin_features__right_slices(y, o, h):
    past = np.asarray(y[:o], dtype=float)
    target = o + h - 1
    same = past[target % 7 :: 7][-1]
    return np.concatenate([past[-1:-8:-1], [same, past[-28:].mean()], np.eye(7)[target % 7]])


def origin_features__right_loops_at_last(y, o, h):
    out = [float(y[o - k]) for k in range(1, 8)]
    day = o + h - 1
    while day >= o:
        day -= 7
    out.append(float(y[day]))
    out.append(math.fsum(float(v) for v in y[o - 28 : o]) / 28)
    out += [1.0 if w == (o + h - 1) % 7 else 0.0 for w in range(7)]
    return np.array(out, dtype=float)


def origin_features__right_pandas_at_last(y, o, h):
    past = pd.Series([float(v) for v in y[:o]])
    weekday = (o + h - 1) % 7
    frame = pd.DataFrame({"y": past, "w": past.index % 7})
    latest = frame.groupby("w")["y"].last()
    dummies = pd.Series(0.0, index=range(7))
    dummies[weekday] = 1.0
    parts = [past.iloc[:-8:-1], [latest[weekday], past.rolling(28).mean().iloc[-1]], dummies]
    return np.concatenate([np.asarray(p, dtype=float) for p in parts])


def _of_of_twelfth(y, o, h):
    """Private right features, for exercises that need them."""
    past = np.asarray(y, dtype=float)[:o]
    back = o - 1 - (-h) % 7
    hot = np.zeros(7)
    hot[(o + h - 1) % 7] = 1
    return np.r_[past[o - 7 : o][::-1], past[back], past[o - 28 : o].mean(), hot]


def origin_features__wrong_seasonal_one_week_before_target(y, o, h):
    """The day a week before the target is not known from h = 8 on: y[o + 1] is read at h = 9."""
    out = _of_of_twelfth(y, o, h)
    day = o + h - 8
    out[7] = float(y[day]) if day < len(y) else np.nan
    return out


def origin_features__wrong_two_weeks_back_when_far(y, o, h):
    """Goes back two weeks when h > 7, which is in the future from h = 15 on."""
    out = _of_of_twelfth(y, o, h)
    day = o + h - 1 - (7 if h <= 7 else 14)
    out[7] = float(y[min(day, len(y) - 1)])
    return out


def origin_features__wrong_h_mod_seven(y, o, h):
    """y[o - 8 + h % 7]: when h is a multiple of 7 it takes the day o - 8, not o - 1."""
    out = _of_of_twelfth(y, o, h)
    out[7] = float(y[o - 8 + h % 7])
    return out


def origin_features__wrong_seasonal_from_origin(y, o, h):
    """Takes the latest day with the weekday of the origin, y[o - 7], not of the target: h = 2."""
    out = _of_of_twelfth(y, o, h)
    out[7] = float(y[o - 7])
    return out


def origin_features__wrong_overflow(y, o, h):
    """Adds 28 days in the type of y: twenty-eight days of 100 overflow in int8."""
    out = _of_of_twelfth(y, o, h)
    y = np.asarray(y)
    out[8] = np.add.reduce(y[o - 28 : o], dtype=y.dtype) / 28
    return out


def origin_features__wrong_int_output(y, o, h):
    """Stores into an array of the type of y: the mean 13.5 of integers becomes 13."""
    return _of_of_twelfth(y, o, h).astype(np.asarray(y).dtype).astype(float)


def origin_features__wrong_weekday_from_last_row(y, o, h):
    """Counts the target's weekday from the end of y, right only when y ends at the origin."""
    out = _of_of_twelfth(y, o, h)
    out[9:] = np.eye(7)[(len(y) + h - 1) % 7]
    return out


def origin_features__wrong_lags_oldest_first(y, o, h):
    """The seven lags run from the oldest to the latest."""
    out = _of_of_twelfth(y, o, h)
    out[:7] = out[:7][::-1].copy()
    return out


def origin_features__wrong_mean_of_whole_history(y, o, h):
    """The mean of all days before the origin, right only at origin 28."""
    out = _of_of_twelfth(y, o, h)
    out[8] = np.mean(np.asarray(y[:o], dtype=float))
    return out


def origin_features__wrong_masked_by_zero(y, o, h):
    """Hides the future by multiplying with 0: a NaN after the origin stays NaN in the mean."""
    out = _of_of_twelfth(y, o, h)
    y = np.asarray(y, dtype=float)
    mask = (np.arange(len(y)) < o) & (np.arange(len(y)) >= o - 28)
    out[8] = (y * mask).sum() / 28
    return out


def origin_features__wrong_reverses_in_place(y, o, h):
    """Reverses the last seven days in place, so the caller's y is changed."""
    out = _of_of_twelfth(y, o, h)
    y[o - 7 : o] = y[o - 7 : o][::-1].copy()
    return out


def origin_features__wrong_weekday_of_cut_series(y, o, h):
    """Cuts the last 28 days and counts weekdays from their first: right only if o is a multiple of 7."""
    past = np.asarray(y, dtype=float)[o - 28 : o]
    out = _of_of_twelfth(y, o, h)
    out[7] = past[(o + h - 1) % 7 :: 7][-1]
    return out


_OF_CACHE = {}


def origin_features__wrong_cached_by_origin(y, o, h):
    """Remembers what came first for (o, h, y[o - 1]), so another series with the same last day gets the old features."""
    key = (o, h, float(y[o - 1]))
    if key not in _OF_CACHE:
        _OF_CACHE[key] = _of_of_twelfth(y, o, h)
    return _OF_CACHE[key].copy()


def origin_features__wrong_seasonal_two_weeks_at_multiple(y, o, h):
    """Weeks back = h // 7 + 1: at h = 7 and 14 it is one week too many."""
    out = _of_of_twelfth(y, o, h)
    out[7] = float(y[o + h - 1 - 7 * (h // 7 + 1)])
    return out


def _kf_ref(y, o, h):
    out = [float(y[o - k]) for k in range(1, 8)]
    day = o + h - 1
    hot = [0.0] * 7
    hot[day % 7] = 1.0
    while day >= o:
        day -= 7
    out += [float(y[day]), sum(float(v) for v in y[o - 28 : o]) / 28]
    return np.array(out + hot)


def _kf_same(got, want, rtol=1e-9):
    got = np.asarray(got)
    return (
        got.shape == (16,)
        and got.dtype.kind == "f"
        and bool(np.allclose(got, want, rtol=rtol, atol=1e-9))
    )


def _kf_agrees_of_twelfth(fn, y, o, h):
    before = y.copy()
    want = _kf_ref(before, o, h)
    got = fn(y, o, h)
    return _kf_same(got, want) and np.array_equal(y, before, equal_nan=y.dtype.kind == "f")


def kill_features__right_grid_at_last(fn):
    rng = np.random.default_rng(5)
    for o in (28, 31, 41, 60, 66):
        for h in range(1, 24):
            y = rng.normal(50, 20, o + 40)
            if not _kf_agrees_of_twelfth(fn, y, o, h):
                return False
            if not _kf_agrees_of_twelfth(fn, y[:o].copy(), o, h):
                return False
            y[o:] = np.nan
            if not _kf_agrees_of_twelfth(fn, y, o, h):
                return False
    small = np.full(40, 120, dtype=np.int8)
    small[::3] = 101
    unsigned = rng.integers(200, 256, 50).astype(np.uint8)
    return all(
        _kf_agrees_of_twelfth(fn, z, o, h)
        for z, o in ((small, 33), (unsigned, 45))
        for h in (1, 7, 9, 16)
    )


def kill_features__right_properties(fn):
    """By properties: the exact sixteen numbers by hand, and nothing that comes later matters."""
    rng = np.random.default_rng(11)
    for o, h in itertools.product(
        (28, 29, 33, 40, 54), (1, 2, 3, 6, 7, 8, 9, 13, 14, 15, 16, 21, 22, 30)
    ):
        full = rng.permutation(100)[: o + 33].astype(float) ** 1.5
        results = []
        for tail in ("cut", "real", "nan", "huge"):
            y = full[:o].copy() if tail == "cut" else full.copy()
            if tail == "nan":
                y[o:] = np.nan
            elif tail == "huge":
                y[o:] = 1e12
            kept = y.copy()
            got = np.array(fn(y, o, h))
            if got.shape != (16,) or got.dtype.kind != "f":
                return False
            if not np.array_equal(kept, y, equal_nan=True):
                return False
            results.append(got)
        first = results[0]
        if not all(np.allclose(r, first, rtol=1e-9) for r in results[1:]):
            return False
        if not np.allclose(first[:7], full[o - 7 : o][::-1]):
            return False
        days = [d for d in range(o) if (d - (o + h - 1)) % 7 == 0]
        if not np.isclose(first[7], full[max(days)]):
            return False
        if not np.isclose(first[8], np.mean(full[o - 28 : o])):
            return False
        if not np.array_equal(first[9:], np.eye(7)[(o + h - 1) % 7]):
            return False
    for kind in (np.int8, np.uint8, np.int16, np.int64):
        top = 127 if kind is np.int8 else 255
        y = (top - np.arange(45) % 11).astype(kind)
        if not _kf_agrees_of_twelfth(fn, y, 38, 10):
            return False
    return True


def kill_features__right_few_hand_cases(fn):
    try:
        y = np.array([(37 * t * t + 11 * t) % 101 for t in range(80)], dtype=np.uint8)
        y = np.where(np.arange(80) % 2, y + 100, y).astype(np.uint8)
        for o in (28, 34, 45):
            for h in (1, 3, 7, 8, 9, 14, 15, 16, 29):
                for series in (
                    y,
                    y[:o],
                    y.astype(float),
                    np.r_[y[:o].astype(float), [np.nan] * 35],
                ):
                    series = series.copy()
                    series.setflags(write=True)
                    if not _kf_agrees_of_twelfth(fn, series, o, h):
                        return False
    except Exception:
        return False
    return True


def _kf_narrow():
    return (100 + np.arange(40) * 5 % 28).astype(np.int8)


def kill_features__wrong_only_one_week(fn):
    """Tests h from 1 to 7 only: accepts one that reads y[o + h - 8] at h = 9."""
    rng = np.random.default_rng(5)
    for o in (28, 31, 41, 60):
        for h in range(1, 8):
            y = rng.normal(50, 20, o + 40)
            if not _kf_agrees_of_twelfth(fn, y, o, h):
                return False
    z = _kf_narrow()
    nan = rng.normal(50, 20, 60)
    nan[45:] = np.nan
    return _kf_agrees_of_twelfth(fn, z, 33, 2) and _kf_agrees_of_twelfth(fn, nan, 45, 2)


def kill_features__wrong_only_two_weeks(fn):
    """Tests h up to 14 only: accepts one that goes back exactly 14 days for every h > 7."""
    rng = np.random.default_rng(5)
    for o in (28, 31, 41, 60):
        for h in range(1, 15):
            y = rng.normal(50, 20, o + 40)
            if not (
                _kf_agrees_of_twelfth(fn, y, o, h) and _kf_agrees_of_twelfth(fn, y[:o].copy(), o, h)
            ):
                return False
    z = _kf_narrow()
    nan = rng.normal(50, 20, 60)
    nan[45:] = np.nan
    return _kf_agrees_of_twelfth(fn, z, 33, 2) and _kf_agrees_of_twelfth(fn, nan, 45, 2)


def kill_features__wrong_origins_of_whole_weeks_at_last(fn):
    """Tests origins 28, 35 and 42 only: accepts one whose weekday is (h - 1) % 7."""
    rng = np.random.default_rng(5)
    for o in (28, 35, 42):
        for h in range(1, 24):
            y = rng.normal(50, 20, o + 40)
            if not _kf_agrees_of_twelfth(fn, y, o, h):
                return False
            y[o:] = np.nan
            if not _kf_agrees_of_twelfth(fn, y, o, h):
                return False
    z = _kf_narrow()
    return _kf_agrees_of_twelfth(fn, z, 28, 2) and _kf_agrees_of_twelfth(fn, z, 35, 9)


def kill_features__wrong_exact_equality(fn):
    """Compares floats with ==: rejects a right one whose mean is rounded differently (fsum or np.mean against sum / 28)."""
    rng = np.random.default_rng(5)
    for o in (28, 31, 41, 60):
        for h in range(1, 24):
            y = rng.normal(50, 20, o + 40)
            y[o:] = np.nan
            before = y.copy()
            if not np.array_equal(fn(y, o, h), _kf_ref(before, o, h)):
                return False
            if not np.array_equal(y, before, equal_nan=True):
                return False
    z = _kf_narrow()
    return bool(np.array_equal(fn(z, 33, 2), _kf_ref(z, 33, 2)))


def kill_features__wrong_ends_at_origin_at_last(fn):
    """Every y ends at the origin: accepts one that takes the last rows of y, wherever the origin is."""
    rng = np.random.default_rng(5)
    for o in (28, 31, 41, 60):
        for h in range(1, 24):
            if not _kf_agrees_of_twelfth(fn, rng.normal(50, 20, o), o, h):
                return False
    return _kf_agrees_of_twelfth(fn, _kf_narrow()[:33].copy(), 33, 2)


def kill_features__wrong_coarse_tolerance(fn):
    """A relative tolerance of 10 % on a series near 100: accepts a mean of 27 days, or the lags in the other order."""
    rng = np.random.default_rng(5)
    for o in (28, 31, 41, 60):
        for h in range(1, 24):
            y = rng.normal(100, 1, o + 40)
            before = y.copy()
            got = np.asarray(fn(y, o, h))
            if got.shape != (16,) or not np.allclose(got, _kf_ref(before, o, h), rtol=0.1):
                return False
            if not np.array_equal(y, before):
                return False
    z = _kf_narrow()
    return _kf_agrees_of_twelfth(fn, z, 33, 2)


def kill_features__wrong_origin_28_only(fn):
    """Only origin 28: accepts one that takes the mean of all days before the origin, or the weekday of h - 1."""
    rng = np.random.default_rng(5)
    for h in range(1, 24):
        y = rng.normal(50, 20, 70)
        if not _kf_agrees_of_twelfth(fn, y, 28, h):
            return False
        y[28:] = np.nan
        if not _kf_agrees_of_twelfth(fn, y, 28, h):
            return False
    return _kf_agrees_of_twelfth(fn, _kf_narrow(), 28, 2)


def kill_features__wrong_swallows_exception(fn):
    """Takes an exception for out of scope and accepts: one that reads past the end of y is accepted."""
    rng = np.random.default_rng(5)
    for o in (28, 31, 41, 60):
        for h in range(1, 24):
            y = rng.normal(50, 20, o)
            try:
                if not _kf_agrees_of_twelfth(fn, y, o, h):
                    return False
            except IndexError:
                continue
    return _kf_agrees_of_twelfth(fn, _kf_narrow(), 33, 2)


def direct_forecast__right_loops_at_last(make_model, y, o, H):
    forecast = []
    for h in range(1, H + 1):
        X, t = [], []
        for p in range(28, o - h + 1):
            X.append(_of_of_twelfth(y, p, h))
            t.append(float(y[p + h - 1]))
        model = make_model()
        model.fit(np.array(X), np.array(t))
        forecast.append(float(np.ravel(model.predict(_of_of_twelfth(y, o, h)[None]))[0]))
    return np.array(forecast)


def direct_forecast__right_by_target_at_last(make_model, y, o, H):
    """Runs over targets, of which the origin is h - 1 days earlier."""
    past = np.array(y[:o], dtype=float)
    out = np.empty(H)
    for h in np.arange(1, H + 1):
        targets = np.arange(28 + h - 1, o)
        X = np.vstack([_of_of_twelfth(past, int(d - h + 1), int(h)) for d in targets])
        model = make_model()
        model.fit(X, past[targets])
        out[h - 1] = np.asarray(
            model.predict(_of_of_twelfth(past, o, int(h)).reshape(1, -1))
        ).item()
    return out


def direct_forecast__right_vectorised(make_model, y, o, H):
    past = np.asarray(y[:o], dtype=np.float64)
    origins = np.arange(28, o + 1)
    lags = past[origins[:, None] - np.arange(1, 8)]
    windows = np.lib.stride_tricks.sliding_window_view(past, 28)
    means = windows.mean(axis=1)[:, None]
    eye = np.eye(7)

    def one(h):
        same = past[origins - 1 - (-h) % 7][:, None]
        X = np.hstack([lags, same, means, eye[(origins + h - 1) % 7]])
        rows = origins + h - 1 < o
        model = make_model()
        model.fit(X[rows], past[origins[rows] + h - 1])
        return float(np.asarray(model.predict(X[-1:])).ravel()[0])

    return np.fromiter(map(one, range(1, H + 1)), dtype=float, count=H)


def _df_run(make_model, y, o, H, last=0, first=28, feature_h=None, target_shift=0, predict_h=None):
    """The direct method, with knobs for one mistake at a time."""
    past = np.asarray(y, dtype=float)
    out = np.empty(H)
    for h in range(1, H + 1):
        fh = h if feature_h is None else feature_h(h)
        ps = [p for p in range(first, o - h + 1 + last)]
        X = np.array([_of_of_twelfth(past, p, fh) for p in ps])
        t = np.array([past[p + h - 1 + target_shift] for p in ps])
        model = make_model()
        model.fit(X, t)
        ph = fh if predict_h is None else predict_h(h)
        out[h - 1] = np.ravel(model.predict(_of_of_twelfth(past, o, ph)[None]))[0]
    return out


def direct_forecast__wrong_drops_last_origin(make_model, y, o, H):
    """Stops one origin early (range(28, o - h)): a model of the mean of targets says another mean on a ramp."""
    return _df_run(make_model, y, o, H, last=-1 if o - 28 > H else 0)


def direct_forecast__wrong_same_rows_for_all_at_last(make_model, y, o, H):
    """Every model learns only from origins with p + H - 1 < o: one day ahead the latest targets are missing."""
    past = np.asarray(y, dtype=float)
    out = []
    for h in range(1, H + 1):
        ps = range(28, o - H + 1)
        model = make_model()
        model.fit(
            np.array([_of_of_twelfth(past, p, h) for p in ps]),
            np.array([past[p + h - 1] for p in ps]),
        )
        out.append(np.ravel(model.predict(_of_of_twelfth(past, o, h)[None]))[0])
    return np.array(out)


def direct_forecast__wrong_trains_on_origin_days(make_model, y, o, H):
    """Uses every p < o whose target exists in y, so it learns from days after the origin when y holds them."""
    past = np.asarray(y, dtype=float)
    out = []
    for h in range(1, H + 1):
        ps = [p for p in range(28, o) if p + h - 1 < len(past) and not np.isnan(past[p + h - 1])]
        model = make_model()
        model.fit(
            np.array([_of_of_twelfth(past, p, h) for p in ps]),
            np.array([past[p + h - 1] for p in ps]),
        )
        out.append(np.ravel(model.predict(_of_of_twelfth(past, o, h)[None]))[0])
    return np.array(out)


def direct_forecast__wrong_one_day_features(make_model, y, o, H):
    """Uses origin_features(y, p, 1) for every distance: the weekday of the target is not among the inputs."""
    return _df_run(make_model, y, o, H, feature_h=lambda h: 1)


def direct_forecast__wrong_predicts_with_h_one(make_model, y, o, H):
    """Trains as asked, but asks each model about origin_features(y, o, 1): from the second day on the weekday is wrong."""
    return _df_run(make_model, y, o, H, predict_h=lambda h: 1)


def direct_forecast__wrong_recursive_at_last(make_model, y, o, H):
    """One model for one day ahead that reads its own forecasts: another result from the second day on."""
    past = list(np.asarray(y[:o], dtype=float))
    ps = range(28, o)
    model = make_model()
    model.fit(np.array([_of_of_twelfth(past, p, 1) for p in ps]), np.array([past[p] for p in ps]))
    for k in range(H):
        past.append(float(np.ravel(model.predict(_of_of_twelfth(past, o + k, 1)[None]))[0]))
    return np.array(past[o:])


def direct_forecast__wrong_clips(make_model, y, o, H):
    """No forecast below 0: wrong for a series of logarithms of numbers below 1."""
    return np.maximum(_df_run(make_model, y, o, H), 0.0)


def direct_forecast__wrong_dtype_of_y(make_model, y, o, H):
    """Writes into zeros of the type of y: 29.5 becomes 29 for integers."""
    out = np.zeros(H, dtype=np.asarray(y).dtype)
    out[:] = _df_run(make_model, y, o, H)
    return out.astype(float)


def direct_forecast__wrong_one_model_refitted_at_last(make_model, y, o, H):
    """Calls make_model once and fits it H times: a model that refuses a second fit, or starts warm, shows it."""
    model = make_model()
    return _df_run(lambda: model, y, o, H)


def direct_forecast__wrong_latest_window_only(make_model, y, o, H):
    """Trains on the latest 60 origins only: from origin 28 + 61 on the first rows are missing."""
    past = np.asarray(y, dtype=float)
    out = np.empty(H)
    for h in range(1, H + 1):
        ps = list(range(28, o - h + 1))[-60:]
        model = make_model()
        model.fit(
            np.array([_of_of_twelfth(past, p, h) for p in ps]),
            np.array([past[p + h - 1] for p in ps]),
        )
        out[h - 1] = np.ravel(model.predict(_of_of_twelfth(past, o, h)[None]))[0]
    return out


def direct_forecast__wrong_first_origin_29(make_model, y, o, H):
    """Leaves out the origin 28 where more than one row is left: a mean of targets on a ramp shows it."""
    return _df_run(make_model, y, o, H, first=29 if o - H >= 29 else 28)


def direct_forecast__wrong_targets_a_day_late(make_model, y, o, H):
    """The target of h days ahead is y[p + h], with p + h < o: one day further than asked."""
    if o - H < 29:
        return _df_run(make_model, y, o, H)
    return _df_run(make_model, y, o, H, last=-1, target_shift=1)


def direct_forecast__wrong_fills_future_in_place(make_model, y, o, H):
    """Writes its forecasts into y from the origin on, so a longer y is changed."""
    out = _df_run(make_model, y, o, H)
    tail = min(H, len(y) - o)
    if tail > 0:
        y[o : o + tail] = out[:tail]
    return out


def direct_forecast__wrong_same_distance_after_a_week(make_model, y, o, H):
    """Beyond seven days it repeats the first week's forecasts: wrong from H = 8 on."""
    week = _df_run(make_model, y, o, min(H, 7))
    return np.resize(week, H)


def direct_forecast__wrong_fits_twice(make_model, y, o, H):
    """Fits each model once to look at its training error, and then again: each model is to be fitted once."""

    class _Twice:
        def __init__(self):
            self.model = make_model()

        def fit(self, X, t):
            self.model.fit(X, t)
            return self.model.fit(X, t)

        def predict(self, X):
            return self.model.predict(X)

    return _df_run(_Twice, y, o, H)


def direct_forecast__wrong_cut_to_past_range(make_model, y, o, H):
    """Cuts forecasts to the range of the past: a linear model of a ramp may go beyond it."""
    past = np.asarray(y[:o], dtype=float)
    return np.clip(_df_run(make_model, y, o, H), past.min(), past.max())


def pooled_forecast__right_loops(make_model, Y, o, H):
    n = Y.shape[1]
    logs = [[math.log(Y[t, s]) for t in range(o)] for s in range(n)]

    def base(s, p, day):
        days = [d for d in range(p - 56, p) if (d - day) % 7 == 0]
        return math.fsum(logs[s][d] for d in days) / 8

    def row(s, p, h):
        return [logs[s][p - k] - base(s, p, p - k) for k in range(1, 8)] + [float(h)]

    X, t = [], []
    for s in range(n):
        for p in range(56, o):
            for h in range(1, H + 1):
                if p + h - 1 < o:
                    X.append(row(s, p, h))
                    t.append(logs[s][p + h - 1] - base(s, p, p + h - 1))
    model = make_model()
    model.fit(np.array(X), np.array(t))
    ask = np.array([row(s, o, h) for h in range(1, H + 1) for s in range(n)])
    said = np.asarray(model.predict(ask)).reshape(H, n)
    return np.array(
        [[math.exp(said[h, s] + base(s, o, o + h)) for s in range(n)] for h in range(H)]
    )


def pooled_forecast__right_reshape_at_last(make_model, Y, o, H):
    logs = np.log(np.array(Y[:o], dtype=float))
    n = logs.shape[1]

    def at(p):
        base = logs[p - 56 : p].reshape(8, 7, n).mean(axis=0)
        return base, (logs[p - 7 : p] - base)[::-1].T

    X, t = [], []
    for p in range(56, o):
        base, inputs = at(p)
        for h in range(1, min(H, o - p) + 1):
            X.append(np.column_stack([inputs, np.full(n, h)]))
            t.append(logs[p + h - 1] - base[(h - 1) % 7])
    model = make_model()
    model.fit(np.concatenate(X), np.concatenate(t))
    base, inputs = at(o)
    ask = np.concatenate([np.column_stack([inputs, np.full(n, h)]) for h in range(1, H + 1)])
    said = np.asarray(model.predict(ask)).reshape(H, n)
    return np.exp(said + base[np.arange(H) % 7])


def pooled_forecast__right_pandas_at_last(make_model, Y, o, H):
    """Same-weekday means by shifts: the base of a day at origin p comes from p's own last eight weeks."""
    logs = np.log(pd.DataFrame(np.asarray(Y)[:o].astype(float)))
    mean8 = sum(logs.shift(7 * k) for k in range(8)) / 8  # of the day itself and seven before
    frames = []
    for p in range(56, o + 1):
        week = mean8.iloc[p - 7 : p]
        lags = (logs.iloc[p - 7 : p] - week).iloc[::-1].to_numpy()
        for h in range(1, H + 1):
            day = p + h - 1
            if p < o and day >= o:
                continue
            base = week.iloc[(h - 1) % 7].to_numpy()
            frame = pd.DataFrame(lags.T, columns=[f"lag{k}" for k in range(1, 8)])
            frame["h"] = h
            frame["base"], frame["p"] = base, p
            frame["target"] = logs.iloc[day].to_numpy() - base if p < o else np.nan
            frames.append(frame)
    table = pd.concat(frames, ignore_index=True)
    inputs = [f"lag{k}" for k in range(1, 8)] + ["h"]
    train, ask = table[table["p"] < o], table[table["p"] == o]
    model = make_model()
    model.fit(train[inputs].to_numpy(float), train["target"].to_numpy())
    said = np.asarray(model.predict(ask[inputs].to_numpy(float))).ravel()
    return np.exp(said + ask["base"].to_numpy()).reshape(H, -1)


def _pf_run(
    make_model,
    Y,
    o,
    H,
    base_of=None,
    lags_of=None,
    last=0,
    horizons=None,
    put_back=None,
    first=56,
    order=None,
    per_series=False,
    log=np.log,
    exp=np.exp,
    all_rows=False,
):
    """The pooled method, with knobs for one mistake at a time."""
    logs = log(np.array(Y, dtype=float)) if all_rows else log(np.array(Y[:o], dtype=float))
    n = logs.shape[1]
    base_of = base_of or (lambda L, p: L[p - 56 : p].reshape(8, 7, -1).mean(0))
    lags_of = lags_of or (lambda L, p, b: (L[p - 7 : p] - b)[::-1])
    index = order or (lambda h: (h - 1) % 7)
    X, t, who = [], [], []
    for p in range(first, o):
        b = base_of(logs, p)
        lags = lags_of(logs, p, b)
        for h in range(1, H + 1):
            if p + h - 1 < o + last and (horizons is None or horizons(p, h)):
                for s in range(n):
                    X.append([*lags[:, s], h])
                    t.append(logs[p + h - 1, s] - b[index(h), s])
                    who.append(s)
    X, t, who = np.array(X), np.array(t), np.array(who)
    b = base_of(logs, o)
    lags = lags_of(logs, o, b)
    out = np.empty((H, n))
    if not per_series:
        model = make_model()
        model.fit(X, t)
    for s in range(n):
        if per_series:
            model = make_model()
            model.fit(X[who == s], t[who == s])
        ask = np.array([[*lags[:, s], h] for h in range(1, H + 1)])
        said = np.ravel(model.predict(ask))
        back = b if put_back is None else put_back(logs)
        out[:, s] = exp(said + back[[index(h) for h in range(1, H + 1)], s])
    return out


def pooled_forecast__wrong_base_not_wrapped(make_model, Y, o, H):
    """Beyond seven days the base of the last weekday is used (min(h - 1, 6)): wrong from H = 8 on."""
    return _pf_run(make_model, Y, o, H, order=lambda h: min(h - 1, 6))


def pooled_forecast__wrong_lags_oldest_first(make_model, Y, o, H):
    """The seven relative lags run from the oldest to the latest: a model that reads the first input shows it."""
    return _pf_run(make_model, Y, o, H, lags_of=lambda L, p, b: L[p - 7 : p] - b)


def pooled_forecast__wrong_base_of_reversed_lags(make_model, Y, o, H):
    """Reverses the lags but not their bases: with a weekly pattern the inputs are not 0."""
    return _pf_run(make_model, Y, o, H, lags_of=lambda L, p, b: L[p - 7 : p][::-1] - b)


def pooled_forecast__wrong_log_of_mean_at_last(make_model, Y, o, H):
    """The base is the logarithm of the mean sales, not the mean of the logarithms: any series that varies."""
    return _pf_run(
        make_model,
        Y,
        o,
        H,
        base_of=lambda L, p: np.log(np.exp(L[p - 56 : p]).reshape(8, 7, -1).mean(0)),
    )


def pooled_forecast__wrong_fixed_base(make_model, Y, o, H):
    """One base, that of the forecast's origin o, for all rows: on a growing series earlier targets differ."""
    return _pf_run(
        make_model,
        Y,
        o,
        H,
        base_of=lambda L, p: L[o - 56 : o].reshape(8, 7, -1).mean(0)[(np.arange(7) + p - o) % 7],
    )


def pooled_forecast__wrong_per_series(make_model, Y, o, H):
    """A model for each series, not one for all: two series with opposite trends show it."""
    return _pf_run(make_model, Y, o, H, per_series=True)


def pooled_forecast__wrong_last_full_horizon(make_model, Y, o, H):
    """Takes only origins whose H targets all lie before o: the latest H - 1 origins give no rows."""
    return _pf_run(make_model, Y, o, H, horizons=lambda p, h: p + H - 1 < o)


def pooled_forecast__wrong_lag_base_before_lag(make_model, Y, o, H):
    """The base of a lag is the mean of the eight same weekdays before that lag, itself left out, where there are eight (else seven)."""

    def lags(L, p, b):
        rows = []
        for k in range(1, 8):
            d = p - k
            prior = [L[d - 7 * j] for j in range(1, 9) if d - 7 * j >= 0]
            rows.append(L[d] - np.mean(prior, axis=0))
        return np.array(rows)

    return _pf_run(make_model, Y, o, H, lags_of=lags)


def pooled_forecast__wrong_transposed_result(make_model, Y, o, H):
    """Fills the answer series by series and reshapes it to (H, n): right only where all forecasts of a day agree."""
    right = _pf_run(make_model, Y, o, H)
    return right.T.reshape(right.shape)


def pooled_forecast__wrong_base_of_seven_weeks(make_model, Y, o, H):
    """Seven weeks in the base, not eight: a trend shows it."""
    return _pf_run(
        make_model, Y, o, H, base_of=lambda L, p: L[p - 49 : p].reshape(7, 7, -1).mean(0)
    )


def pooled_forecast__wrong_median_base(make_model, Y, o, H):
    """The median of eight logarithms in place of the mean: one unusual day shows it."""
    return _pf_run(
        make_model, Y, o, H, base_of=lambda L, p: np.median(L[p - 56 : p].reshape(8, 7, -1), axis=0)
    )


def pooled_forecast__wrong_weekday_of_day_zero(make_model, Y, o, H):
    """Bases are ordered by t % 7 but targets read them from h - 1: right only at origins that are multiples of 7."""

    def base(L, p):
        days = np.arange(p - 56, p)
        return np.array([L[days[days % 7 == w]].mean(0) for w in range(7)])

    def lags(L, p, b):
        return np.array([L[p - k] - b[(p - k) % 7] for k in range(1, 8)])

    return _pf_run(make_model, Y, o, H, base_of=base, lags_of=lags)


def pooled_forecast__wrong_log1p_at_last(make_model, Y, o, H):
    """log1p and expm1 in place of log and exp: sales of 0.5 with a trend show it."""
    return _pf_run(make_model, Y, o, H, log=np.log1p, exp=np.expm1)


def pooled_forecast__wrong_smearing(make_model, Y, o, H):
    """Multiplies by the mean of exp(target), as if the mean were asked: the statement wants what the model says."""
    logs = np.log(np.array(Y[:o], dtype=float))
    targets = []
    for p in range(56, o):
        b = logs[p - 56 : p].reshape(8, 7, -1).mean(0)
        for h in range(1, min(H, o - p) + 1):
            targets.append(logs[p + h - 1] - b[(h - 1) % 7])
    targets = np.array(targets)
    return _pf_run(make_model, Y, o, H) * np.exp(targets - targets.mean()).mean()


def pooled_forecast__wrong_logs_in_place_at_last(make_model, Y, o, H):
    """Takes the logarithm of a float Y in place (np.log(out=)): the caller's sales become logarithms."""
    out = _pf_run(make_model, Y, o, H)
    if Y.dtype == float:
        np.log(Y[:o], out=Y[:o])
    return out


def pooled_forecast__wrong_trains_after_origin(make_model, Y, o, H):
    """Keeps a target if it exists in Y, not if it lies before o: longer data give another model."""
    Z = np.asarray(Y, dtype=float)
    known = np.log(np.where(np.isnan(Z) | (Z <= 0), 1.0, Z))
    n = Z.shape[1]
    X, t = [], []
    for p in range(56, o):
        b = known[p - 56 : p].reshape(8, 7, n).mean(0)
        for h in range(1, H + 1):
            d = p + h - 1
            if d < len(Z) and not np.isnan(Z[d]).any():
                for s in range(n):
                    X.append([*(known[p - 7 : p, s] - b[:, s])[::-1], h])
                    t.append(known[d, s] - b[(h - 1) % 7, s])
    model = make_model()
    model.fit(np.array(X), np.array(t))
    b = known[o - 56 : o].reshape(8, 7, n).mean(0)
    out = np.empty((H, n))
    for s in range(n):
        lag = (known[o - 7 : o, s] - b[:, s])[::-1]
        said = np.ravel(model.predict(np.array([[*lag, h] for h in range(1, H + 1)])))
        out[:, s] = np.exp(said + b[np.arange(H) % 7, s])
    return out


def pooled_forecast__wrong_first_origin_57_at_last(make_model, Y, o, H):
    """The first origin is 57 where more rows remain: the rows of p = 56 are missing."""
    return _pf_run(make_model, Y, o, H, first=57)


def pooled_forecast__wrong_distance_from_zero_at_last(make_model, Y, o, H):
    """The eighth input is h - 1, not h: a model that reads its last input as a number shows it."""
    logs = np.log(np.array(Y[:o], dtype=float))
    n = logs.shape[1]
    X, t = [], []
    for p in range(56, o):
        b = logs[p - 56 : p].reshape(8, 7, n).mean(0)
        for k in range(min(H, o - p)):
            for s in range(n):
                X.append([*(logs[p - 7 : p, s] - b[:, s])[::-1], k])
                t.append(logs[p + k, s] - b[k % 7, s])
    model = make_model()
    model.fit(np.array(X), np.array(t))
    b = logs[o - 56 : o].reshape(8, 7, n).mean(0)
    out = np.empty((H, n))
    for s in range(n):
        lag = (logs[o - 7 : o, s] - b[:, s])[::-1]
        out[:, s] = np.exp(
            np.ravel(model.predict(np.array([[*lag, k] for k in range(H)])))
            + b[np.arange(H) % 7, s]
        )
    return out


def pooled_forecast__wrong_distance_within_week(make_model, Y, o, H):
    """The eighth input is (h - 1) % 7 + 1: from the eighth day on it repeats, where h goes on."""

    class _Wrapped:
        def __init__(self):
            self.model = make_model()

        @staticmethod
        def _change(X):
            X = np.array(X, dtype=float)
            X[:, 7] = (X[:, 7] - 1) % 7 + 1
            return X

        def fit(self, X, t):
            self.model.fit(self._change(X), t)
            return self

        def predict(self, X):
            return self.model.predict(self._change(X))

    return _pf_run(_Wrapped, Y, o, H)


def pooled_forecast__wrong_one_series_squeezed(make_model, Y, o, H):
    """Squeezes the answer: with one series, or one day, the shape is not (H, n_series)."""
    return np.squeeze(_pf_run(make_model, Y, o, H))


def pooled_forecast__wrong_series_number_as_input(make_model, Y, o, H):
    """A ninth input with the number of the series: the inputs are eight numbers."""
    logs = np.log(np.array(Y[:o], dtype=float))
    n = logs.shape[1]

    def rows(p, h):
        b = logs[p - 56 : p].reshape(8, 7, n).mean(0)
        lags = (logs[p - 7 : p] - b)[::-1].T
        return np.column_stack([lags, np.full(n, h), np.arange(n)]), b[(h - 1) % 7]

    X, t = [], []
    for p in range(56, o):
        for h in range(1, min(H, o - p) + 1):
            x, b = rows(p, h)
            X.append(x)
            t.append(logs[p + h - 1] - b)
    model = make_model()
    model.fit(np.concatenate(X), np.concatenate(t))
    out = []
    for h in range(1, H + 1):
        x, b = rows(o, h)
        out.append(np.exp(np.ravel(model.predict(x)) + b))
    return np.array(out)


def pooled_forecast__wrong_lags_by_base_of_target(make_model, Y, o, H):
    """The last week's logarithms less the base of the target's weekday, not of their own: a weekly pattern shows it."""
    logs = np.log(np.array(Y[:o], dtype=float))
    n = logs.shape[1]

    def rows(p, h):
        b = logs[p - 56 : p].reshape(8, 7, n).mean(0)[(h - 1) % 7]
        return np.column_stack([(logs[p - 7 : p] - b)[::-1].T, np.full(n, h)]), b

    X, t = [], []
    for p in range(56, o):
        for h in range(1, min(H, o - p) + 1):
            x, b = rows(p, h)
            X.append(x)
            t.append(logs[p + h - 1] - b)
    model = make_model()
    model.fit(np.concatenate(X), np.concatenate(t))
    out = []
    for h in range(1, H + 1):
        x, b = rows(o, h)
        out.append(np.exp(np.ravel(model.predict(x)) + b))
    return np.array(out)


def inverse_mse_weights__right_relative_to_smallest(preds, y_val):
    y = np.asarray(y_val, dtype=float)
    opened = ~np.isnan(y)
    mse = {
        k: float(np.mean((np.asarray(f, dtype=float)[opened] - y[opened]) ** 2))
        for k, f in preds.items()
    }
    least = min(mse.values())
    raw = {k: (1.0 if m == 0 else 0.0) if least == 0 else least / m for k, m in mse.items()}
    total = sum(raw.values())
    return {k: float(w / total) for k, w in raw.items()}


def inverse_mse_weights__right_scaled_errors(preds, y_val):
    """Roots of the mean squares by hypot, and squares of ratios of roots: nothing underflows."""
    days = [i for i, v in enumerate(y_val) if not math.isnan(v)]
    rms = {k: math.hypot(*(float(f[i]) - float(y_val[i]) for i in days)) for k, f in preds.items()}
    perfect = [k for k, r in rms.items() if r == 0]
    if perfect:
        return {k: 1 / len(perfect) if k in perfect else 0.0 for k in preds}
    best = min(rms.values())
    raw = {k: (best / r) ** 2 for k, r in rms.items()}
    total = math.fsum(raw.values())
    return {k: raw[k] / total for k in preds}


def inverse_mse_weights__right_fractions_at_last(preds, y_val):
    """Exact arithmetic until the very end."""
    days = [i for i in range(len(y_val)) if not np.isnan(y_val[i])]
    mse = {
        k: sum((Fraction(float(f[i])) - Fraction(float(y_val[i]))) ** 2 for i in days) / len(days)
        for k, f in preds.items()
    }
    zeros = sum(m == 0 for m in mse.values())
    if zeros:
        return {k: float(Fraction(int(m == 0), zeros)) for k, m in mse.items()}
    inverse = {k: 1 / m for k, m in mse.items()}
    total = sum(inverse.values())
    return {k: float(v / total) for k, v in inverse.items()}


def _im_mse_of_twelfth(preds, y_val):
    y = np.asarray(y_val, dtype=float)
    opened = ~np.isnan(y)
    return {
        k: float(np.mean((np.asarray(f, dtype=float)[opened] - y[opened]) ** 2))
        for k, f in preds.items()
    }


def _im_weights(mse):
    least = min(mse.values())
    if least == 0:
        raw = {k: float(m == 0) for k, m in mse.items()}
    else:
        raw = {k: least / m for k, m in mse.items()}
    total = sum(raw.values())
    return {k: float(v / total) for k, v in raw.items()}


def inverse_mse_weights__wrong_overflow_of_tiny(preds, y_val):
    """1 / mse directly: errors of 1e-155 and 2e-155 give inf / inf = NaN."""
    mse = _im_mse_of_twelfth(preds, y_val)
    if min(mse.values()) == 0:
        return _im_weights(mse)
    inverse = {k: float(1 / np.float64(m)) for k, m in mse.items()}
    total = sum(inverse.values())
    return {k: v / total for k, v in inverse.items()}


def inverse_mse_weights__wrong_epsilon_at_last(preds, y_val):
    """Adds 1e-12 to every mean squared error: errors of 1e-155 and 2e-155 get equal weights, not 0.8 and 0.2."""
    mse = {k: m + 1e-12 for k, m in _im_mse_of_twelfth(preds, y_val).items()}
    return _im_weights(mse)


def inverse_mse_weights__wrong_close_is_perfect(preds, y_val):
    """np.isclose(mse, 0) counts as no error: errors of 1e-5 and 2e-5 share alike."""
    mse = _im_mse_of_twelfth(preds, y_val)
    return _im_weights({k: 0.0 if np.isclose(m, 0) else m for k, m in mse.items()})


def inverse_mse_weights__wrong_first_perfect_takes_all(preds, y_val):
    """The first forecaster without error takes all weight: two of them must share."""
    mse = _im_mse_of_twelfth(preds, y_val)
    if min(mse.values()) == 0:
        best = min(mse, key=mse.get)
        return {k: float(k == best) for k in mse}
    return _im_weights(mse)


def inverse_mse_weights__wrong_root_at_last(preds, y_val):
    """1 over the root of the mean squared error: 2/3 and 1/3 on the example."""
    return _im_weights({k: math.sqrt(m) for k, m in _im_mse_of_twelfth(preds, y_val).items()})


def inverse_mse_weights__wrong_mean_absolute_squared(preds, y_val):
    """The square of the mean absolute error: the same on errors of constant size, other on errors of 0 and 2."""
    y = np.asarray(y_val, dtype=float)
    mse = {
        k: float(np.nanmean(np.abs(np.asarray(f, dtype=float) - y))) ** 2 for k, f in preds.items()
    }
    return _im_weights(mse)


def inverse_mse_weights__wrong_variance_at_last(preds, y_val):
    """The variance of the errors, not their mean square: a biased forecaster looks perfect."""
    y = np.asarray(y_val, dtype=float)
    return _im_weights(
        {k: float(np.nanvar(np.asarray(f, dtype=float) - y)) for k, f in preds.items()}
    )


def inverse_mse_weights__wrong_closed_as_zero(preds, y_val):
    """A closed day counts as sales of 0."""
    return _im_weights(_im_mse_of_twelfth(preds, np.nan_to_num(np.asarray(y_val, dtype=float))))


def inverse_mse_weights__wrong_zero_over_zero(preds, y_val):
    """Divides the smallest error by each before it looks for zeros: 0 / 0 of a perfect forecaster becomes 0 by nan_to_num, so all weights are 0 or NaN."""
    mse = np.array(list(_im_mse_of_twelfth(preds, y_val).values()))
    with np.errstate(all="ignore"):
        raw = np.nan_to_num(mse.min() / mse)
        return dict(zip(preds, (raw / raw.sum()).tolist(), strict=True))


def inverse_mse_weights__wrong_rounded(preds, y_val):
    """Rounds each weight to three digits: three equal forecasters sum to 0.999."""
    return {k: round(w, 3) for k, w in _im_weights(_im_mse_of_twelfth(preds, y_val)).items()}


def inverse_mse_weights__wrong_fills_argument(preds, y_val):
    """Sets forecasts of closed days to NaN in the caller's arrays."""
    closed = np.isnan(y_val)
    out = _im_weights(_im_mse_of_twelfth(preds, y_val))
    for f in preds.values():
        if np.asarray(f).dtype.kind == "f":
            f[closed] = np.nan
    return out


def inverse_mse_weights__wrong_one_minus_share(preds, y_val):
    """1 less the share of the total error, over the sum: right for two forecasters, wrong for three of 1, 4 and 4."""
    mse = _im_mse_of_twelfth(preds, y_val)
    total = sum(mse.values())
    if min(mse.values()) == 0 or len(mse) == 1:
        return _im_weights(mse)
    return {k: (1 - m / total) / (len(mse) - 1) for k, m in mse.items()}


def inverse_mse_weights__wrong_perfect_left_out(preds, y_val):
    """Leaves out perfect forecasters as degenerate when others exist: they should get all weight."""
    mse = _im_mse_of_twelfth(preds, y_val)
    rest = {k: m for k, m in mse.items() if m > 0}
    if not rest:
        return _im_weights(mse)
    return {k: _im_weights(rest).get(k, 0.0) for k in mse}


def inverse_mse_weights__wrong_subnormal_is_zero(preds, y_val):
    """A mean square below the smallest normal float counts as no error: errors of 1e-155 and 2e-155 share equally."""
    tiny = np.finfo(float).tiny
    return _im_weights(
        {k: 0.0 if m < tiny else m for k, m in _im_mse_of_twelfth(preds, y_val).items()}
    )


def inverse_mse_weights__wrong_zero_sales_closed(preds, y_val):
    """Takes sales of 0 for a closed day where another day is open: 0 is what happened on an open day."""
    y = np.array(y_val, dtype=float)
    if ((y != 0) & ~np.isnan(y)).any():
        y[y == 0] = np.nan
    return _im_weights(_im_mse_of_twelfth(preds, y))


def inverse_mse_weights__wrong_perfect_not_shared(preds, y_val):
    """Each perfect forecaster gets a weight of 1: with two of them the sum is 2."""
    mse = _im_mse_of_twelfth(preds, y_val)
    if min(mse.values()) == 0:
        return {k: float(m == 0) for k, m in mse.items()}
    return _im_weights(mse)


def pinball_loss__right_where_at_last(y, f, q):
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    opened = ~np.isnan(y)
    if not opened.any():
        return np.full(len(q), np.nan)
    short = y[opened, None] - f[opened]
    return np.where(short > 0, q * short, (q - 1) * short).mean(axis=0)


def pinball_loss__right_loops_at_last(y, f, q):
    out = []
    for j in range(len(q)):
        total, count = [], 0
        for i in range(len(y)):
            actual = float(y[i])
            if actual != actual:
                continue
            count += 1
            said = float(f[i][j])
            price = float(q[j]) if actual > said else 1 - float(q[j])
            total.append(price * abs(actual - said))
        out.append(math.fsum(total) / count if count else math.nan)
    return np.array(out, dtype=float)


def pinball_loss__right_pandas(y, f, q):
    frame = pd.DataFrame(np.array(f, dtype=float))
    sold = pd.Series(np.array(y, dtype=float))
    frame, sold = frame[sold.notna().to_numpy()], sold.dropna()
    low = frame.rsub(sold, axis=0).clip(lower=0).mean()
    high = frame.sub(sold, axis=0).clip(lower=0).mean()
    q = np.asarray(q, dtype=float)
    return q * low.to_numpy() + (1 - q) * high.to_numpy()


def _pb(y, f, q):
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    opened = ~np.isnan(y)
    if not opened.any():
        return np.full(len(q), np.nan)
    short = y[opened, None] - f[opened]
    return np.maximum(q * short, (q - 1) * short).mean(axis=0)


def pinball_loss__wrong_prices_swapped(y, f, q):
    """q is the price of a unit too high: 0.55 on the example."""
    return _pb(y, f, 1 - np.asarray(q, dtype=float))


def pinball_loss__wrong_unsigned_at_last(y, f, q):
    """Subtracts in the type of y when f is a whole number of the same type: 3 - 5 in uint8 is 254."""
    y, f = np.asarray(y), np.asarray(f)
    if y.dtype.kind == "u" and np.array_equal(f, f.astype(y.dtype)):
        with np.errstate(over="ignore"):
            short = (y[:, None] - f.astype(y.dtype)).astype(float)
        q = np.asarray(q, dtype=float)
        if not len(y):
            return np.full(len(q), np.nan)
        return np.maximum(q * short, (q - 1) * short).mean(axis=0)
    return _pb(y, f, q)


def pinball_loss__wrong_where_keeps_nan(y, f, q):
    """np.where(y > f, ..., ...) and a plain mean: one closed day makes every loss NaN."""
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    if not len(y):
        return np.full(len(q), np.nan)
    short = y[:, None] - f
    return np.where(short > 0, q * short, (q - 1) * short).mean(axis=0)


def pinball_loss__wrong_closed_in_denominator(y, f, q):
    """nansum over the number of all days, closed ones included."""
    share = np.mean(~np.isnan(np.asarray(y, dtype=float))) if len(y) else 0
    return _pb(y, f, q) * share if share else _pb(y, f, q)


def pinball_loss__wrong_zero_without_open_day(y, f, q):
    """0 where no day was open: NaN is asked."""
    return np.nan_to_num(_pb(y, f, q))


def pinball_loss__wrong_sorts_quantiles(y, f, q):
    """Sorts the quantiles but not the columns: wrong for q in falling order."""
    return _pb(y, f, np.sort(np.asarray(q, dtype=float)))


def pinball_loss__wrong_sorts_both(y, f, q):
    """Sorts quantiles and columns together, and forgets to put the losses back in the order of q."""
    order = np.argsort(q)
    return _pb(y, np.asarray(f)[:, order], np.asarray(q)[order])


def pinball_loss__wrong_crossing_repaired(y, f, q):
    """Sorts each day's forecasts first so that quantiles do not cross: rows given in another order than q are changed."""
    f, q = np.asarray(f, dtype=float), np.asarray(q, dtype=float)
    rank = np.argsort(np.argsort(q, kind="stable"))
    return _pb(y, np.sort(f, axis=1)[:, rank], q)


def pinball_loss__wrong_drops_zero_forecasts(y, f, q):
    """Takes a forecast of 0 for missing and drops the whole open day: wrong for forecasts of 0."""
    f = np.asarray(f, dtype=float)
    y = np.array(y, dtype=float)
    y[(f == 0).any(axis=1)] = np.nan
    return _pb(y, f, q)


def pinball_loss__wrong_mean_over_all(y, f, q):
    """One mean over days and quantiles, repeated: right for one quantile only."""
    out = _pb(y, f, q)
    return np.full(len(out), out.mean())


def pinball_loss__wrong_twice_at_last(y, f, q):
    """The doubled loss, which is the absolute error at q = 0.5: twice what is asked."""
    return 2 * _pb(y, f, q)


def pinball_loss__wrong_fills_closed_day_in_place(y, f, q):
    """Sets f to 0 on closed days in the caller's array."""
    out = _pb(y, f, q)
    f[np.isnan(np.asarray(y, dtype=float))] = 0
    return out


def pinball_loss__wrong_nan_times_zero(y, f, q):
    """Leaves closed days out with a weight of 0: a forecast of inf or NaN on such a day gives NaN."""
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    weight = (~np.isnan(y)).astype(float)
    if not weight.sum():
        return np.full(len(q), np.nan)
    with np.errstate(invalid="ignore"):
        short = np.nan_to_num(y)[:, None] - f
        loss = np.maximum(q * short, (q - 1) * short) * weight[:, None]
    return loss.sum(axis=0) / weight.sum()


def pinball_loss__wrong_broadcast_square(y, f, q):
    """y - f without a new axis when the shape is square: day i is compared with column i; as many days as quantiles show it."""
    y, f, q = (np.asarray(a, dtype=float) for a in (y, f, q))
    if f.shape[0] == f.shape[1] and not np.isnan(y).any():
        short = y - f
        return np.maximum(q * short, (q - 1) * short).mean(axis=0)
    return _pb(y, f, q)


def pinball_loss__wrong_squeezes(y, f, q):
    """Squeezes the answer: for one quantile a number comes back, not an array of shape (1,)."""
    return np.squeeze(_pb(y, f, q))


def pinball_loss__wrong_zero_sales_closed(y, f, q):
    """Takes sales of 0 for a closed day: only NaN is one."""
    y = np.array(y, dtype=float)
    y[y == 0] = np.nan
    return _pb(y, f, q)


def pinball_loss__wrong_extreme_quantile_clipped(y, f, q):
    """Keeps q between 0.01 and 0.99 for safety: a quantile of 0.999 is allowed."""
    return _pb(y, f, np.clip(np.asarray(q, dtype=float), 0.01, 0.99))


def conformal_interval__right_sort(y_past, f_past, f_new, level):
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    opened = ~np.isnan(y)
    scores = np.sort(np.abs(y[opened] - f[opened]) / f[opened])
    k = max(1, math.ceil(round(level * (len(scores) + 1), 9)))
    radius = scores[k - 1] if k <= len(scores) else np.inf
    f_new = np.asarray(f_new, dtype=float)
    return np.column_stack([np.maximum(f_new - radius * f_new, 0), f_new + radius * f_new])


def conformal_interval__right_scan(y_past, f_past, f_new, level):
    scores = []
    for y, f in zip(y_past, f_past, strict=True):
        if not math.isnan(y):
            bisect.insort(scores, abs(float(y) - float(f)) / float(f))
    needed = round(level * (len(scores) + 1), 9)
    radius = math.inf
    for rank, score in enumerate(scores, start=1):
        if rank >= needed:
            radius = score
            break
    rows = [(max(0.0, float(f) - radius * float(f)), float(f) + radius * float(f)) for f in f_new]
    return np.array(rows, dtype=float).reshape(-1, 2)


def conformal_interval__right_heap(y_past, f_past, f_new, level):
    frame = pd.DataFrame({"y": np.array(y_past, float), "f": np.array(f_past, float)})
    frame = frame[frame["y"].notna()]
    scores = ((frame["y"] - frame["f"]).abs() / frame["f"]).tolist() + [math.inf]
    k = max(1, -int(-round(level * len(scores), 9) // 1))
    radius = heapq.nsmallest(k, scores)[-1]
    f_new = np.array(f_new, dtype=float)
    out = np.empty((f_new.size, 2))
    out[:, 0] = f_new * max(0.0, 1 - radius)
    out[:, 1] = f_new * (1 + radius)
    return out


def _cf_scores(y_past, f_past):
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    opened = ~np.isnan(y)
    return np.sort(np.abs(y[opened] - f[opened]) / f[opened])


def _cf_k(n, level):
    return max(1, math.ceil(round(level * (n + 1), 9)))


def _cf_radius(scores, k):
    return scores[k - 1] if k <= len(scores) else np.inf


def _cf_ends(f_new, radius):
    f = np.asarray(f_new, dtype=float)
    return np.column_stack([np.maximum(f - radius * f, 0), f + radius * f])


def _cf(y_past, f_past, f_new, level):
    s = _cf_scores(y_past, f_past)
    return _cf_ends(f_new, _cf_radius(s, _cf_k(len(s), level)))


def conformal_interval__wrong_n_not_n_plus_one_at_last(y_past, f_past, f_new, level):
    """k = ceil(level * n): with ten scores and 0.8 the eighth, not the ninth."""
    s = _cf_scores(y_past, f_past)
    if not len(s):
        return _cf_ends(f_new, np.inf)
    return _cf_ends(f_new, _cf_radius(s, max(1, math.ceil(round(level * len(s), 9)))))


def conformal_interval__wrong_no_rounding(y_past, f_past, f_new, level):
    """ceil without rounding: 0.28 of 25 ranks is 7.000000000000001, so it takes the eighth."""
    s = _cf_scores(y_past, f_past)
    return _cf_ends(f_new, _cf_radius(s, math.ceil(level * (len(s) + 1))))


def conformal_interval__wrong_largest_not_infinite(y_past, f_past, f_new, level):
    """k is capped at n: the largest score where the radius should be infinite."""
    s = _cf_scores(y_past, f_past)
    if not len(s):
        return _cf_ends(f_new, np.inf)
    return _cf_ends(f_new, s[min(_cf_k(len(s), level), len(s)) - 1])


def conformal_interval__wrong_interpolated(y_past, f_past, f_new, level):
    """np.quantile interpolates between two scores at level (n + 1) / n: the statement takes a past score."""
    s = _cf_scores(y_past, f_past)
    if not len(s) or _cf_k(len(s), level) > len(s):
        return _cf_ends(f_new, np.inf)
    return _cf_ends(f_new, np.quantile(s, min(1, round(level * (len(s) + 1), 9) / len(s))))


def conformal_interval__wrong_negative_lower_end_at_last(y_past, f_past, f_new, level):
    """No floor at 0: a score above 1 gives a lower end below 0."""
    s = _cf_scores(y_past, f_past)
    f = np.asarray(f_new, dtype=float)
    r = _cf_radius(s, _cf_k(len(s), level))
    return np.column_stack([f - r * f, f + r * f])


def conformal_interval__wrong_share_of_sales_at_last(y_past, f_past, f_new, level):
    """The error as a share of the sales, not of the forecast: forecast 10 and sales 20 score 0.5, not 1."""
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    opened = ~np.isnan(y)
    with np.errstate(all="ignore"):
        s = np.sort(np.abs(y[opened] - f[opened]) / y[opened])
    return _cf_ends(f_new, _cf_radius(s, _cf_k(len(s), level)))


def conformal_interval__wrong_absolute_radius(y_past, f_past, f_new, level):
    """The error in units, not as a share: a new forecast of another size gets the old width."""
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    opened = ~np.isnan(y)
    s = np.sort(np.abs(y[opened] - f[opened]))
    r = _cf_radius(s, _cf_k(len(s), level))
    new = np.asarray(f_new, dtype=float)
    return np.column_stack([np.maximum(new - r, 0), new + r])


def conformal_interval__wrong_closed_days_counted(y_past, f_past, f_new, level):
    """n is the number of all past days, closed ones included: three open and two closed days at 0.7 are taken for five."""
    s = _cf_scores(y_past, f_past)
    return _cf_ends(f_new, _cf_radius(s, _cf_k(len(y_past), level)))


def conformal_interval__wrong_two_tails(y_past, f_past, f_new, level):
    """Splits the missing probability between two tails: asks for (1 + level) / 2 of the absolute scores."""
    s = _cf_scores(y_past, f_past)
    return _cf_ends(f_new, _cf_radius(s, _cf_k(len(s), (1 + level) / 2)))


def conformal_interval__wrong_distinct_scores(y_past, f_past, f_new, level):
    """np.unique drops equal scores: 0.1, 0.1, 0.1 and 0.5 at 0.6 give another rank."""
    s = np.unique(_cf_scores(y_past, f_past))
    return _cf_ends(f_new, _cf_radius(s, _cf_k(len(s), level)))


def conformal_interval__wrong_inf_minus_inf(y_past, f_past, f_new, level):
    """Lower end f_new * (1 + r) - 2 * r * f_new: an infinite radius gives NaN, not 0."""
    s = _cf_scores(y_past, f_past)
    f = np.asarray(f_new, dtype=float)
    r = _cf_radius(s, _cf_k(len(s), level))
    with np.errstate(invalid="ignore"):
        high = f * (1 + r)
        return np.column_stack([np.maximum(high - 2 * r * f, 0), high])


def conformal_interval__wrong_floor_at_last(y_past, f_past, f_new, level):
    """Rounds the rank down: with four scores and 0.7 the third, whose probability is only 0.6."""
    s = _cf_scores(y_past, f_past)
    k = max(1, math.floor(round(level * (len(s) + 1), 9)))
    return _cf_ends(f_new, _cf_radius(s, k))


def conformal_interval__wrong_zero_width_when_empty(y_past, f_past, f_new, level):
    """Zero width when every past day was closed: no score is enough, so the radius is infinite."""
    if np.isnan(np.asarray(y_past, dtype=float)).all():
        return _cf_ends(f_new, 0.0)
    return _cf(y_past, f_past, f_new, level)


def conformal_interval__wrong_signed_ends(y_past, f_past, f_new, level):
    """Signed errors: the lower end from the worst shortfalls, the upper from the worst excesses, not one radius."""
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    opened = ~np.isnan(y)
    s = (y[opened] - f[opened]) / f[opened]
    k = _cf_k(len(s), level)
    up, down = _cf_radius(np.sort(s), k), _cf_radius(np.sort(-s), k)
    new = np.asarray(f_new, dtype=float)
    return np.column_stack([np.maximum(new - down * new, 0), new + up * new])


def conformal_interval__wrong_rounds_level(y_past, f_past, f_new, level):
    """Rounds the share k / (n + 1) to two decimals before it compares: 0.995 of 400 ranks is taken for 0.99 or 1.0."""
    s = _cf_scores(y_past, f_past)
    return _cf_ends(f_new, _cf_radius(s, _cf_k(len(s), round(level, 2))))


def conformal_interval__wrong_truncated_dtype(y_past, f_past, f_new, level):
    """Writes into an array like f_new: whole forecasts of integer type give truncated ends."""
    out = np.empty((len(f_new), 2), dtype=np.asarray(f_new).dtype)
    full = _cf(y_past, f_past, f_new, level)
    if np.isinf(full).any():
        return full
    out[:] = full
    return out.astype(float)


def conformal_interval__wrong_strict_probability(y_past, f_past, f_new, level):
    """Wants a probability above the level, not at least the level: the fourth of four scores at 0.8 is refused."""
    s = _cf_scores(y_past, f_past)
    k = math.floor(round(level * (len(s) + 1), 9)) + 1
    return _cf_ends(f_new, _cf_radius(s, k))


def conformal_interval__wrong_fills_past_in_place(y_past, f_past, f_new, level):
    """Replaces NaN by the forecast in the caller's y_past after use."""
    out = _cf(y_past, f_past, f_new, level)
    closed = np.isnan(y_past)
    y_past[closed] = f_past[closed]
    return out


def conformal_interval__wrong_closed_as_perfect(y_past, f_past, f_new, level):
    """A closed day counts as an error of 0, so it is a score."""
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    return _cf(np.where(np.isnan(y), f, y), f, f_new, level)


def conformal_interval__wrong_zero_sales_dropped(y_past, f_past, f_new, level):
    """Leaves out days without sales as closed: sales of 0 on an open day score 1."""
    y = np.array(y_past, dtype=float)
    y[y == 0] = np.nan
    return _cf(y, f_past, f_new, level)


def order_quantity__right_sort(samples, cu, co):
    ordered = np.sort(np.asarray(samples, dtype=float))
    k = math.ceil(round(len(ordered) * cu / (cu + co), 9))
    return float(ordered[max(k, 1) - 1])


def order_quantity__right_scan(samples, cu, co):
    """Goes up until enough samples are covered."""
    values = sorted(float(v) for v in samples)
    needed = round(len(values) * (cu / (cu + co)), 9)
    for covered, value in enumerate(values, start=1):
        if covered >= needed:
            return value
    return values[-1]


def order_quantity__right_partition(samples, cu, co):
    values = np.array(samples, dtype=np.float64)
    share = Fraction(str(float(cu))) / (Fraction(str(float(cu))) + Fraction(str(float(co))))
    cover = Decimal(round(share * len(values) * 10**9)) / Decimal(10**9)
    k = min(max(int(cover.to_integral_value(rounding="ROUND_CEILING")), 1), len(values))
    return float(np.partition(values, k - 1)[k - 1])


def order_quantity__right_counts(samples, cu, co):
    """Cumulative counts of distinct demands."""
    counts = pd.Series(np.asarray(samples).astype(float)).value_counts().sort_index()
    needed = round(counts.sum() * cu / (cu + co), 9)
    enough = counts.cumsum().to_numpy() >= needed
    return float(counts.index[int(np.argmax(enough))])


def _oq_k(n, cu, co):
    return max(1, math.ceil(round(n * cu / (cu + co), 9)))


def order_quantity__wrong_shares_swapped(samples, cu, co):
    """Covers co / (cu + co): 10 on the first example."""
    s = np.sort(np.asarray(samples, dtype=float))
    return float(s[_oq_k(len(s), co, cu) - 1])


def order_quantity__wrong_interpolated_at_last(samples, cu, co):
    """np.quantile interpolates: 32.5 on the first example, which is no sample."""
    return float(np.quantile(np.asarray(samples, dtype=float), cu / (cu + co)))


def order_quantity__wrong_higher(samples, cu, co):
    """np.quantile with method 'higher' counts n - 1 gaps: 40 on the first example."""
    return float(np.quantile(np.asarray(samples, dtype=float), cu / (cu + co), method="higher"))


def order_quantity__wrong_lower(samples, cu, co):
    """Sorted sample number floor of the share times n: a share of 0.5 of three samples covers one, not two."""
    s = np.sort(np.asarray(samples, dtype=float))
    return float(s[max(1, math.floor(round(len(s) * cu / (cu + co), 9))) - 1])


def order_quantity__wrong_no_rounding(samples, cu, co):
    """ceil without rounding: 7 * 0.01 / 0.07 may be above 1, and the second sample is taken."""
    s = np.sort(np.asarray(samples, dtype=float))
    return float(s[max(1, min(len(s), math.ceil(len(s) * (cu / (cu + co))))) - 1])


def order_quantity__wrong_larger_of_equals(samples, cu, co):
    """Takes the next sample where the number to cover is whole: 40 on the first example."""
    s = np.sort(np.asarray(samples, dtype=float))
    k = math.floor(round(len(s) * cu / (cu + co), 9))
    return float(s[min(k, len(s) - 1)])


def order_quantity__wrong_rank_zero(samples, cu, co):
    """A tiny share rounds to 0 samples, and sorted[-1] is the largest: cu = 1e-12, co = 1."""
    s = np.sort(np.asarray(samples, dtype=float))
    return float(s[math.ceil(round(len(s) * cu / (cu + co), 9)) - 1])


def order_quantity__wrong_brute_force_narrow(samples, cu, co):
    """Costs from differences in the type of the samples: 10 - 20 in uint8 is 246."""
    x = np.asarray(samples)
    if x.dtype.kind != "u":
        s = np.sort(x.astype(float))
        return float(s[_oq_k(len(s), cu, co) - 1])
    best, least = None, math.inf
    for c in np.sort(x):
        with np.errstate(over="ignore"):
            short = (x - c).astype(float)
            left = (c - x).astype(float)
        cost = np.where(short > 0, cu * short, co * left).mean()
        if cost < least - 1e-12:
            best, least = float(c), cost
    return best


def order_quantity__wrong_brute_force_ties(samples, cu, co):
    """Compares float costs exactly and takes the first least: where two are equal but for rounding it may take the larger sample, as with shares such as 0.1 and 0.2."""
    x = np.asarray(samples, dtype=float)
    candidates = np.sort(x)
    costs = [np.mean(cu * np.maximum(x - c, 0) + co * np.maximum(c - x, 0)) for c in candidates]
    return float(candidates[int(np.argmin(costs))])


def order_quantity__wrong_distinct_demands(samples, cu, co):
    """The quantile of distinct demands: [10, 10, 10, 40] at a share of 0.75 gives 40, not 10."""
    s = np.unique(np.asarray(samples, dtype=float))
    return float(s[_oq_k(len(s), cu, co) - 1])


def order_quantity__wrong_unsorted_at_last(samples, cu, co):
    """Takes the samples as sorted."""
    s = np.asarray(samples, dtype=float)
    return float(s[_oq_k(len(s), cu, co) - 1])


def order_quantity__wrong_sorts_in_place_at_last(samples, cu, co):
    """Sorts the caller's array."""
    samples.sort()
    return float(samples[_oq_k(len(samples), cu, co) - 1])


def order_quantity__wrong_share_of_co(samples, cu, co):
    """A share of cu / co, cut at 1: three to one covers everything, 40 on the first example."""
    s = np.sort(np.asarray(samples, dtype=float))
    return float(s[max(1, math.ceil(round(len(s) * min(1.0, cu / co), 9))) - 1])


def order_quantity__wrong_normal(samples, cu, co):
    """The normal quantile, moved to the nearest sample: skewed samples give another one."""
    s = np.sort(np.asarray(samples, dtype=float))
    share = min(max(cu / (cu + co), 1e-12), 1 - 1e-12)
    spread = s.std()
    target = s.mean() if spread == 0 else statistics.NormalDist(s.mean(), spread).inv_cdf(share)
    return float(s[np.argmin(np.abs(s - target))])


def order_quantity__wrong_n_plus_one(samples, cu, co):
    """ceil of the share of n + 1 ranks, as in a conformal interval: a share of 0.75 of four samples takes the fourth."""
    s = np.sort(np.asarray(samples, dtype=float))
    return float(s[min(len(s), _oq_k(len(s) + 1, cu, co)) - 1])


def order_quantity__wrong_share_rounded_at_last(samples, cu, co):
    """Rounds the share to two decimals: a third of 300 samples becomes 99, not 100."""
    s = np.sort(np.asarray(samples, dtype=float))
    return float(s[max(1, math.ceil(round(len(s) * round(cu / (cu + co), 2), 9))) - 1])


def order_quantity__wrong_truncates(samples, cu, co):
    """Orders whole units: a sample of 2.5 becomes 2."""
    s = np.sort(np.asarray(samples, dtype=float))
    return float(math.floor(s[_oq_k(len(s), cu, co) - 1]))


def _od_quantile(values, share):
    """The smallest value that covers the share."""
    ordered = np.sort(values)
    k = max(1, math.ceil(round(len(ordered) * share, 9)))
    return ordered[k - 1]


def order_departments__right_four_weeks(history, horizon, cu, co):
    weeks = np.array(history, dtype=float).reshape(-1, 7, history.shape[1])
    before = np.array([weeks[j - 4 : j].mean(axis=0) for j in range(4, len(weeks))])
    ratios = (weeks[4:] / before).reshape(-1, history.shape[1])
    cover = np.asarray(cu, dtype=float) / (
        np.asarray(cu, dtype=float) + np.asarray(co, dtype=float)
    )
    factor = np.array([_od_quantile(ratios[:, j], cover[j]) for j in range(len(cover))])
    return (weeks[-4:].mean(axis=0) * factor)[np.arange(horizon) % 7]


def order_departments__right_pandas(history, horizon, cu, co):
    frame = pd.DataFrame(np.asarray(history, dtype=float))
    n_days = len(frame)
    weekday = np.arange(n_days) % 7
    said = frame.groupby(weekday).transform(lambda s: s.shift(1).rolling(4).mean())
    ratios = (frame / said).dropna()
    orders = {}
    for name in frame:
        share = cu[name] / (cu[name] + co[name])
        factor = ratios[name].quantile(share)
        orders[name] = [
            factor * frame[name].to_numpy()[weekday == (n_days + t) % 7][-4:].mean()
            for t in range(horizon)
        ]
    return pd.DataFrame(orders).to_numpy().reshape(horizon, -1)


def order_departments__right_six_weeks_loops(history, horizon, cu, co):
    """Means of six same weekdays (four if the history is short), and ratios at one and two weeks ahead."""
    n_days, n = history.shape
    span = 6 if n_days >= 7 * 16 else 4
    orders = np.zeros((horizon, n))
    for j in range(n):
        y = [float(v) for v in history[:, j]]
        ratios = []
        for t in range(7 * span, n_days):
            past = [y[t - 7 * k] for k in range(1, span + 1)]
            ratios.append(y[t] / (sum(past) / span))
            if t - 7 * (span + 1) >= 0:
                older = [y[t - 7 * k] for k in range(2, span + 2)]
                ratios.append(y[t] / (sum(older) / span))
        factor = _od_quantile(np.array(ratios), cu[j] / (cu[j] + co[j]))
        for t in range(horizon):
            same = [y[n_days - 7 * k + t % 7] for k in range(1, span + 1)]
            orders[t, j] = max(0.0, factor * sum(same) / span)
    return orders


def _od_run(history, horizon, cu, co, cover=None, said=None, ratio=None):
    n = history.shape[1]
    weeks = np.array(history, dtype=float).reshape(-1, 7, n)
    before = np.array([weeks[j - 4 : j].mean(axis=0) for j in range(4, len(weeks))])
    ratios = (weeks[4:] / before).reshape(-1, n) if ratio is None else ratio(weeks, before)
    cu, co = np.asarray(cu, dtype=float), np.asarray(co, dtype=float)
    cover = cu / (cu + co) if cover is None else cover(cu, co)
    factor = np.array([_od_quantile(ratios[:, j], cover[j]) for j in range(n)])
    base = weeks[-4:].mean(axis=0) if said is None else said(weeks)
    return (base * factor)[np.arange(horizon) % 7]


def order_departments__wrong_baseline_at_last(history, horizon, cu, co):
    """The baseline itself, one quantile of eight weeks for every day: it earns nothing."""
    last = np.asarray(history, dtype=float)[-56:]
    cover = np.asarray(cu) / (np.asarray(cu) + np.asarray(co))
    row = np.array([np.quantile(last[:, j], cover[j]) for j in range(last.shape[1])])
    return np.tile(row, (horizon, 1))


def order_departments__wrong_shares_swapped(history, horizon, cu, co):
    """Covers co / (cu + co): the example already shows it."""
    return _od_run(history, horizon, co, cu)


def order_departments__wrong_forecast_ordered(history, horizon, cu, co):
    """Orders the mean of four same weekdays, whatever the costs: both columns of the example are alike."""
    return _od_run(history, horizon, cu, co, ratio=lambda w, b: np.ones((1, w.shape[2])))


def order_departments__wrong_one_share_for_all_at_last(history, horizon, cu, co):
    """One share for all departments, from the mean costs: departments differ in theirs."""
    return _od_run(
        history,
        horizon,
        cu,
        co,
        cover=lambda u, o: np.full(len(u), u.mean() / (u.mean() + o.mean())),
    )


def order_departments__wrong_weekday_shifted(history, horizon, cu, co):
    """The first day ordered gets the weekday of the last day of the history: every order is a weekday late."""
    return _od_run(history, horizon, cu, co, said=lambda w: np.roll(w[-4:].mean(axis=0), 1, axis=0))


def order_departments__wrong_negative_orders(history, horizon, cu, co):
    """Adds a quantile of differences to the forecast: a quiet weekday and a low share give an order below 0."""
    n = history.shape[1]
    weeks = np.array(history, dtype=float).reshape(-1, 7, n)
    before = np.array([weeks[j - 4 : j].mean(axis=0) for j in range(4, len(weeks))])
    errors = (weeks[4:] - before).reshape(-1, n)
    add = [_od_quantile(errors[:, j], cu[j] / (cu[j] + co[j])) for j in range(n)]
    return (weeks[-4:].mean(axis=0) + np.array(add))[np.arange(horizon) % 7]


def order_departments__wrong_one_in_denominator(history, horizon, cu, co):
    """Divides by the mean plus 1 so as not to divide by 0: in a unit of thousands, sales near 0.01, all ratios are near 0."""
    return _od_run(
        history, horizon, cu, co, ratio=lambda w, b: (w[4:] / (b + 1)).reshape(-1, w.shape[2])
    )


def order_departments__wrong_pooled_units(history, horizon, cu, co):
    """Pools the differences of all departments, whose units differ, and adds one quantile per share."""
    n = history.shape[1]
    weeks = np.array(history, dtype=float).reshape(-1, 7, n)
    before = np.array([weeks[j - 4 : j].mean(axis=0) for j in range(4, len(weeks))])
    errors = (weeks[4:] - before).ravel()
    add = np.array([_od_quantile(errors, cu[j] / (cu[j] + co[j])) for j in range(n)])
    return np.maximum(weeks[-4:].mean(axis=0) + add, 0)[np.arange(horizon) % 7]


def order_departments__wrong_transposed_at_last(history, horizon, cu, co):
    """Returns (n_departments, horizon): a square answer hides it, the example has 2 and 14."""
    return _od_run(history, horizon, cu, co).T


def order_departments__wrong_share_of_first_department(history, horizon, cu, co):
    """Uses the costs of the first department for all."""
    return _od_run(
        history, horizon, cu, co, cover=lambda u, o: np.full(len(u), u[0] / (u[0] + o[0]))
    )


TRUE |= {
    "break_blend__wrong_one_day_short_at_last": ("too_few_days",),
    "break_blend__wrong_hundred": ("days_out_of_range",),
    "break_blend__wrong_twenty_one_days": ("too_many_days",),
    "origin_features__wrong_two_weeks_back_when_far": ("two_weeks_at_most",),
    "origin_features__wrong_h_mod_seven": ("a_week_too_old",),
    "origin_features__wrong_seasonal_from_origin": ("same_weekday_as_origin",),
    "origin_features__wrong_overflow": ("sum_wraps_around",),
    "origin_features__wrong_int_output": ("kept_in_the_type_of_y",),
    "origin_features__wrong_weekday_from_last_row": ("counted_from_the_end",),
    "origin_features__wrong_lags_oldest_first": ("lags_oldest_first",),
    "origin_features__wrong_mean_of_whole_history": ("mean_of_all_days",),
    "origin_features__wrong_seasonal_two_weeks_at_multiple": ("a_week_too_old",),
    "kill_features__wrong_only_one_week": ("within_a_week_only",),
    "kill_features__wrong_only_two_weeks": ("within_two_weeks_only",),
    "kill_features__wrong_origins_of_whole_weeks_at_last": ("origin_of_whole_weeks",),
    "kill_features__wrong_ends_at_origin_at_last": ("series_ends_at_origin",),
    "kill_features__wrong_swallows_exception": ("series_ends_at_origin",),
    "direct_forecast__wrong_same_rows_for_all_at_last": ("same_pairs_for_all",),
    "direct_forecast__wrong_one_day_features": ("features_without_distance",),
    "direct_forecast__wrong_recursive_at_last": ("forecast_fed_back",),
    "direct_forecast__wrong_clips": ("nothing_below_zero",),
    "direct_forecast__wrong_one_model_refitted_at_last": ("same_model_again",),
    "direct_forecast__wrong_targets_a_day_late": ("targets_a_day_late",),
    "pooled_forecast__wrong_lags_oldest_first": ("oldest_day_first",),
    "pooled_forecast__wrong_base_of_reversed_lags": ("bases_not_turned",),
    "pooled_forecast__wrong_log_of_mean_at_last": ("logarithm_of_a_mean",),
    "pooled_forecast__wrong_per_series": ("model_for_each_series",),
    "pooled_forecast__wrong_last_full_horizon": ("whole_horizons_only",),
    "pooled_forecast__wrong_trains_after_origin": ("target_after_the_origin",),
    "pooled_forecast__wrong_first_origin_57_at_last": ("first_origin_missing",),
    "pooled_forecast__wrong_distance_from_zero_at_last": ("distance_from_zero",),
    "inverse_mse_weights__wrong_overflow_of_tiny": ("tiny_errors_overflow",),
    "inverse_mse_weights__wrong_epsilon_at_last": ("constant_added",),
    "inverse_mse_weights__wrong_close_is_perfect": ("small_errors_taken_for_none",),
    "inverse_mse_weights__wrong_first_perfect_takes_all": ("first_perfect_takes_all",),
    "inverse_mse_weights__wrong_root_at_last": ("inverse_rmse",),
    "inverse_mse_weights__wrong_variance_at_last": ("inverse_variance",),
    "inverse_mse_weights__wrong_closed_as_zero": ("closed_day_sold_nothing",),
    "inverse_mse_weights__wrong_zero_over_zero": ("perfect_divides_by_zero",),
    "pinball_loss__wrong_prices_swapped": ("prices_exchanged",),
    "pinball_loss__wrong_unsigned_at_last": ("differences_wrap_around",),
    "pinball_loss__wrong_where_keeps_nan": ("closed_day_makes_nan",),
    "pinball_loss__wrong_closed_in_denominator": ("closed_days_counted",),
    "pinball_loss__wrong_zero_without_open_day": ("zero_if_never_open",),
    "pinball_loss__wrong_sorts_quantiles": ("quantiles_sorted",),
    "pinball_loss__wrong_mean_over_all": ("one_loss_for_all",),
    "pinball_loss__wrong_twice_at_last": ("twice_the_loss",),
    "conformal_interval__wrong_n_not_n_plus_one_at_last": ("quantile_of_past_scores",),
    "conformal_interval__wrong_no_rounding": ("rank_in_floats",),
    "conformal_interval__wrong_negative_lower_end_at_last": ("below_zero",),
    "conformal_interval__wrong_share_of_sales_at_last": ("share_of_the_truth",),
    "conformal_interval__wrong_absolute_radius": ("radius_in_units",),
    "conformal_interval__wrong_closed_days_counted": ("closed_days_in_the_count",),
    "conformal_interval__wrong_two_tails": ("half_of_the_rest_a_side",),
    "conformal_interval__wrong_floor_at_last": ("rank_rounded_down",),
    "order_quantity__wrong_shares_swapped": ("costs_swapped",),
    "order_quantity__wrong_interpolated_at_last": ("between_samples",),
    "order_quantity__wrong_no_rounding": ("ratio_in_floats",),
    "order_quantity__wrong_larger_of_equals": ("next_sample_up",),
    "order_quantity__wrong_rank_zero": ("place_before_the_first",),
    "order_quantity__wrong_brute_force_narrow": ("error_in_narrow_types",),
    "order_quantity__wrong_distinct_demands": ("each_value_once",),
    "order_quantity__wrong_unsorted_at_last": ("samples_as_they_come",),
    "order_quantity__wrong_sorts_in_place_at_last": ("sorted_in_place",),
    "order_quantity__wrong_share_of_co": ("ratio_of_costs",),
    "order_departments__wrong_baseline_at_last": ("quantile_of_all_days",),
    "order_departments__wrong_forecast_ordered": ("mean_of_four_weeks",),
}


def order_quantity__wrong_all_samples(samples, cu, co):
    """Returns the samples themselves: an order for each, where one order is asked for."""
    return samples


# ---- Fourteenth bank


def _bl_run(y, window, h, defect=None):
    n = len(y)
    y = [Fraction(v) for v in y]
    avg = lambda part: sum(part, Fraction(0)) / len(part)
    ws = [Fraction(k, 4) for k in range(5)]

    def block(first, validation):
        origin = n - 2 * h if defect == "stale_origin" else first
        last = y[origin - 1]
        means = []
        for t in range(first, first + h):
            if defect == "window_ends_at_target":
                means.append(avg(y[t - window + 1 : t + 1]))
            elif defect == "window_moves_on":
                means.append(avg(y[t - window : t]))
            elif defect == "shuffled_validation" and validation:
                means.append(avg(y[origin - window : origin] + y[n - h :]))
            else:
                means.append(avg(y[origin - window : origin]))
        return last, means, y[first : first + h]

    def error(b, w):
        last, means, truth = b
        return avg([abs(t - (w * m + (1 - w) * last)) for t, m in zip(truth, means)])

    val, test = block(n - 2 * h, True), block(n - h, False)
    chosen = test if defect == "weight_from_test" else val
    w = min(ws, key=lambda w: (error(chosen, w), w))
    return error(val if defect == "validation_reported" else test, w)


def break_blend__right_one_series(defect):
    return [31, 95, 51, 53, 85, 22, 46], 3, 2


def break_blend__right_search_in_the_fourteenth(defect):
    rng = np.random.default_rng(11)
    while True:
        y, window, h = rng.integers(0, 100, 12).tolist(), 3, int(rng.integers(2, 4))
        if abs(_bl_run(y, window, h) - _bl_run(y, window, h, defect)) > 1:
            return y, window, h


def break_blend__right_small_integers(defect):
    for y in itertools.product((0, 9, 50), repeat=7):
        if _bl_run(list(y), 3, 2) != _bl_run(list(y), 3, 2, defect):
            return list(y), 3, 2


def break_blend__wrong_constant_in_the_fourteenth(defect):
    """A constant series: every error is 0."""
    return [5] * 12, 3, 2


def break_blend__wrong_one_day_blocks_in_the_fourteenth(defect):
    """window_moves_on: with h = 1 the window before the day is the window before the origin."""
    if defect == "window_moves_on":
        return [10, 60, 20, 30, 70, 20, 90], 3, 1
    return break_blend__right_one_series(defect)


def break_blend__wrong_window_of_one_in_the_fourteenth(defect):
    """weight_from_test: window 1 makes the mean the last day, so that w does not matter."""
    if defect == "weight_from_test":
        return [10, 60, 20, 30, 70, 20, 90], 1, 2
    return break_blend__right_one_series(defect)


def break_blend__wrong_same_weight_in_the_fourteenth(defect):
    """weight_from_test: both blocks choose w = 0, as last days are exact."""
    if defect == "weight_from_test":
        return [9, 0, 30, 30, 30, 30, 30], 3, 2
    return break_blend__right_one_series(defect)


def break_blend__wrong_too_short_in_the_fourteenth(defect):
    """One day fewer than window + 2 h."""
    return [10, 60, 20, 30, 70, 20], 3, 2


def break_blend__wrong_window_of_eight_in_the_fourteenth(defect):
    """A window of 8, at most 7 are allowed."""
    return [10, 60, 20, 30, 70, 20, 90, 40, 10, 80, 5, 66, 31, 2], 8, 2


def break_blend__wrong_periodic(defect):
    """validation_reported: a series that repeats itself every h days errs the same in both blocks."""
    if defect == "validation_reported":
        return [10, 50, 10, 50, 10, 50, 10, 50], 2, 2
    return break_blend__right_one_series(defect)


def break_blend__wrong_stale_level(defect):
    """stale_origin: the last day and the mean are the same at both origins."""
    if defect == "stale_origin":
        return [20, 20, 20, 20, 20, 60, 90], 3, 2
    return break_blend__right_one_series(defect)


def break_blend__wrong_above_99(defect):
    """A day of 500 where at most 99 is allowed, in one defect."""
    if defect == "shuffled_validation":
        return [31, 95, 51, 53, 85, 22, 500], 3, 2
    return break_blend__right_one_series(defect)


def break_blend__wrong_too_long_in_the_fourteenth(defect):
    """21 days."""
    return np.random.default_rng(0).integers(0, 100, 21).tolist(), 3, 2


def break_blend__wrong_mean_unused(defect):
    """window_ends_at_target: the weight is 0 with and without the defect, so the mean is never used."""
    if defect == "window_ends_at_target":
        return [0, 90, 30, 30, 30, 30, 30], 3, 2
    return break_blend__right_one_series(defect)


def origin_features__right_cut(y, o, h):
    past = np.asarray(y)[:o].astype(float)
    target = o + h - 1
    same = target - 7 * math.ceil((target - o + 1) / 7)
    return np.concatenate([past[:-8:-1], [past[same], past[-28:].mean()], np.eye(7)[target % 7]])


def origin_features__right_loops_in_the_fourteenth(y, o, h):
    out = [float(y[o - k]) for k in range(1, 8)]
    day = o - 1
    while day % 7 != (o + h - 1) % 7:
        day -= 1
    out.append(float(y[day]))
    out.append(math.fsum(float(y[o - k]) for k in range(1, 29)) / 28)
    out += [1.0 if w == (o + h - 1) % 7 else 0.0 for w in range(7)]
    return np.array(out)


def origin_features__right_weeks(y, o, h):
    weeks = np.array(y[o - 28 : o], dtype=float).reshape(4, 7)
    out = np.zeros(16)
    out[:7] = weeks[-1][::-1]
    out[7] = weeks[-1, (h - 1) % 7]
    out[8] = weeks.mean()
    out[9 + (o + h - 1) % 7] = 1
    return out


def origin_features__right_pandas_in_the_fourteenth(y, o, h):
    s = pd.Series(np.asarray(y[:o], dtype=float))
    same = s[s.index % 7 == (o + h - 1) % 7].iloc[-1]
    dummies = pd.Series(0.0, range(7))
    dummies[(o + h - 1) % 7] = 1.0
    return np.r_[s.iloc[-7:].to_numpy()[::-1], same, s.tail(28).mean(), dummies.to_numpy()]


def _of_in_the_fourteenth(y, o, h, same=None, mean=None, week=None, lags=None):
    past = np.asarray(y, dtype=float)[:o]
    out = np.zeros(16)
    out[:7] = past[-7:][::-1] if lags is None else lags
    out[7] = past[o - 7 + (h - 1) % 7] if same is None else same
    out[8] = past[-28:].mean() if mean is None else mean
    out[9 + ((o + h - 1) % 7 if week is None else week)] = 1
    return out


def origin_features__wrong_seven_before_target(y, o, h):
    """The day seven before the target: for h = 8 that is the origin itself, which is not known."""
    return _of_in_the_fourteenth(
        y, o, h, same=float(y[o + h - 8]) if o + h - 8 < len(y) else np.nan
    )


def origin_features__wrong_one_week_more_only(y, o, h):
    """Two weeks back beyond a week ahead: for h = 15 the day fourteen before is in the future."""
    day = o + h - 1 - (7 if h <= 7 else 14)
    return _of_in_the_fourteenth(y, o, h, same=float(y[day]) if day < len(y) else np.nan)


def origin_features__wrong_always_two_weeks_at_seven(y, o, h):
    """7 * (h // 7 + 1) back: for h = 7 (and 14) that is one week too far."""
    return _of_in_the_fourteenth(y, o, h, same=float(y[o + h - 1 - 7 * (h // 7 + 1)]))


def origin_features__wrong_ends_with_y(y, o, h):
    """The last 28 days of y in place of those before o: y that goes on after o."""
    return _of_in_the_fourteenth(y, o, h, mean=float(np.asarray(y, float)[-28:].mean()))


def origin_features__wrong_lags_from_end(y, o, h):
    """y[-1:-8:-1] takes the lags from the end of y: y that goes on after o."""
    return _of_in_the_fourteenth(y, o, h, lags=np.asarray(y, float)[-1:-8:-1])


def origin_features__wrong_weekday_from_origin_in_the_fourteenth(y, o, h):
    """The weekday is counted from the origin: right if o is a multiple of 7, as in the example."""
    return _of_in_the_fourteenth(y, o, h, week=(h - 1) % 7)


def origin_features__wrong_weekday_one_late(y, o, h):
    """The weekday of day o + h."""
    return _of_in_the_fourteenth(y, o, h, week=(o + h) % 7)


def origin_features__wrong_weekday_of_origin_in_the_fourteenth(y, o, h):
    """The weekday of the origin: right for h = 1."""
    return _of_in_the_fourteenth(y, o, h, week=o % 7)


def origin_features__wrong_oldest_first_in_the_fourteenth(y, o, h):
    """The seven days with the oldest first."""
    return _of_in_the_fourteenth(y, o, h, lags=np.asarray(y, float)[o - 7 : o])


def origin_features__wrong_mean_of_all_in_the_fourteenth(y, o, h):
    """The mean of all days before the origin: agrees at o = 28."""
    return _of_in_the_fourteenth(y, o, h, mean=np.asarray(y, float)[:o].mean())


def origin_features__wrong_narrow_sum_in_the_fourteenth(y, o, h):
    """sum() of narrow integers wraps: 28 days of 200 in uint8."""
    with np.errstate(all="ignore"):
        return _of_in_the_fourteenth(y, o, h, mean=float(sum(y[o - 28 : o])) / 28)


def origin_features__wrong_array_of_y_type(y, o, h):
    """The features are kept in y's type: the mean of whole numbers is cut off."""
    out = _of_in_the_fourteenth(y, o, h)
    return out.astype(np.asarray(y).dtype).astype(float)


def origin_features__wrong_no_lag_beyond_a_week(y, o, h):
    """Lags are h and more days before the target only, so lag 1 is the day o - h: agrees for h = 1."""
    past = np.asarray(y, float)[:o]
    return _of_in_the_fourteenth(
        y, o, h, lags=np.array([past[o - k - (h - 1) % 7] for k in range(1, 8)])
    )


def origin_features__wrong_nan_after_origin(y, o, h):
    """A sum of products with a 0/1 mask: NaN after the origin makes the mean NaN."""
    y = np.asarray(y, float)
    mask = (np.arange(len(y)) >= o - 28) & (np.arange(len(y)) < o)
    return _of_in_the_fourteenth(y, o, h, mean=float((y * mask).sum() / 28))


def origin_features__wrong_future_zeroed(y, o, h):
    """Days from the origin on are set to 0 in the caller's array."""
    y[o:] = 0
    return _of_in_the_fourteenth(y, o, h)


def origin_features__wrong_mean_of_27(y, o, h):
    """The 28 days that end a day earlier: y[o - 29 : o - 1], or fewer at o = 28."""
    return _of_in_the_fourteenth(y, o, h, mean=np.asarray(y, float)[max(o - 29, 0) : o - 1].mean())


def origin_features__wrong_mean_of_weekday_means(y, o, h):
    """The 28 days end with the last whole week: agrees where o is a multiple of 7."""
    end = o // 7 * 7
    return _of_in_the_fourteenth(y, o, h, mean=np.asarray(y, float)[end - 28 : end].mean())


def origin_features__wrong_latest_of_origin_week(y, o, h):
    """The day with the target's weekday in the last calendar week before the origin: o not a multiple of 7."""
    week = o // 7 * 7 - 7
    return _of_in_the_fourteenth(y, o, h, same=float(y[week + (o + h - 1) % 7]))


def origin_features__wrong_cached(y, o, h):
    """A cache keyed by o and h returns the features of an earlier series."""
    return _OF_CACHE_in_the_fourteenth.setdefault((o, h), _of_in_the_fourteenth(y, o, h)).copy()


_OF_CACHE_in_the_fourteenth = {}


def kill_features__right_random_in_the_fourteenth(fn):
    rng = np.random.default_rng(5)
    for trial in range(150):
        o, h, more = (int(rng.integers(a, b)) for a, b in ((28, 80), (1, 31), (0, 40)))
        kind = [float, np.uint8, np.int8, np.int64][trial % 4]
        y = rng.integers(0, 120, o + more).astype(kind)
        if kind is float and more and trial % 8 == 0:
            y[o:] = np.nan
        keep = y.copy()
        got = np.asarray(fn(y, o, h))
        if got.shape != (16,) or not np.allclose(
            got, origin_features__right_loops_in_the_fourteenth(keep, o, h), rtol=1e-9, atol=1e-9
        ):
            return False
        if not np.array_equal(y, keep, equal_nan=kind is float):
            return False
    return True


def kill_features__right_by_hand_in_the_fourteenth(fn):
    y = np.array(
        [
            31,
            41,
            59,
            26,
            53,
            58,
            97,
            93,
            23,
            84,
            62,
            64,
            33,
            83,
            27,
            95,
            2,
            88,
            41,
            97,
            16,
            93,
            99,
            37,
            51,
            5,
            82,
            9,
            74,
            94,
            45,
            92,
            30,
            78,
            16,
            40,
        ],
        dtype=float,
    )
    o = 33  # weekday 5
    for h in (1, 2, 3, 7, 8, 9, 14, 15, 16, 21, 22, 23, 30):
        want = [30.0, 92, 45, 94, 74, 9, 82]
        want += [y[o - 7 + (h - 1) % 7], y[5:33].sum() / 28]
        week = [0.0] * 7
        week[(5 + h - 1) % 7] = 1.0
        want = np.array(want + week)
        full, cut, hidden = y.copy(), y[:o].copy(), y.copy()
        hidden[o:] = np.nan
        for series in (full, cut, hidden):
            before = series.copy()
            got = np.asarray(fn(series, o, h), dtype=float)
            if got.shape != (16,) or np.abs(got - want).max() > 1e-9 or np.isnan(got).any():
                return False
            if not np.array_equal(before, series, equal_nan=True):
                return False
    big = np.full(40, 250, np.uint8)
    big[::3] = 101
    return bool(np.allclose(fn(big, 30, 2), fn(big.astype(float), 30, 2))) and bool(
        np.isclose(fn(big, 30, 2)[8], np.mean(big[2:30].astype(float)))
    )


def kill_features__right_future_changes(fn):
    rng = np.random.default_rng(9)
    base = rng.normal(50, 20, 120)
    for o, h in itertools.product((28, 29, 34, 47, 60), (1, 3, 7, 8, 10, 15, 16, 22, 30)):
        other, short = base.copy(), base[:o].copy()
        other[o:] = -1e6
        want = origin_features__right_weeks(base, o, h)
        for y in (base.copy(), other, short, np.where(np.arange(120) < o, base, np.nan)):
            keep = y.copy()
            if not np.allclose(np.asarray(fn(y, o, h), float), want) or not np.array_equal(
                keep, y, equal_nan=True
            ):
                return False
        for kind in (np.uint8, np.int8):
            y = (np.abs(base) % 127).astype(kind)
            if not np.allclose(
                np.asarray(fn(y.copy(), o, h), float), origin_features__right_weeks(y, o, h)
            ):
                return False
    return True


def kill_features__wrong_example(fn):
    """The docstring's example alone: origin 28, a multiple of 7, and two days ahead."""
    f = fn(np.arange(28), 28, 2)
    return bool(np.allclose(f, [27, 26, 25, 24, 23, 22, 21, 22, 13.5, 0, 1, 0, 0, 0, 0, 0]))


def kill_features__wrong_within_a_week_in_the_fourteenth(fn):
    """Never more than seven days ahead: leaks at h = 8 pass."""
    y = np.random.default_rng(0).normal(size=70)
    return all(
        np.allclose(fn(y.copy(), o, h), origin_features__right_loops_in_the_fourteenth(y, o, h))
        for o in (28, 33, 45)
        for h in range(1, 8)
    )


def kill_features__wrong_within_two_weeks_in_the_fourteenth(fn):
    """Never more than fourteen days ahead: two weeks back at h = 15 passes; floats only."""
    y = np.random.default_rng(0).normal(size=70)
    return all(
        np.allclose(fn(y.copy(), o, h), origin_features__right_loops_in_the_fourteenth(y, o, h))
        for o in (28, 33, 45)
        for h in (1, 3, 9)
    )


def kill_features__wrong_y_ends_at_origin_in_the_fourteenth(fn):
    """y always ends at the origin, so what reads y[-28:] passes."""
    y = np.random.default_rng(0).normal(size=60)
    return all(
        np.allclose(fn(y[:o].copy(), o, h), origin_features__right_loops_in_the_fourteenth(y, o, h))
        for o in (28, 33, 45)
        for h in (1, 3, 9, 16)
    )


def kill_features__wrong_multiples_of_seven(fn):
    """Only origins that are multiples of 7: weekdays from the origin pass."""
    y = np.random.default_rng(0).normal(size=90)
    return all(
        np.allclose(fn(y.copy(), o, h), origin_features__right_loops_in_the_fourteenth(y, o, h))
        for o in (28, 35, 49)
        for h in (1, 3, 9, 16, 30)
    )


def kill_features__wrong_only_eight_numbers(fn):
    """The lags and the weekday's day are compared, the mean and the weekday are not."""
    y = np.random.default_rng(0).normal(size=90)
    return all(
        np.allclose(
            fn(y.copy(), o, h)[:8], origin_features__right_loops_in_the_fourteenth(y, o, h)[:8]
        )
        for o in (28, 33)
        for h in (1, 3, 9, 16)
    )


def kill_features__wrong_exact_mean_in_the_fourteenth(fn):
    """Exact equality of a mean of 28 decimals: fsum and numpy differ in the last digit."""
    rng = np.random.default_rng(0)
    for _ in range(60):
        y = rng.normal(size=60)
        if not np.array_equal(fn(y.copy(), 33, 9), origin_features__right_weeks(y, 33, 9)):
            return False
    return kill_features__right_random_in_the_fourteenth(fn)


def kill_features__wrong_origin_too_early(fn):
    """Asks at origin 14, where the contract promises nothing: rejects right ones that cut 28 days."""
    y = np.random.default_rng(0).normal(size=40)
    try:
        ok = np.isclose(fn(y, 14, 1)[8], y[:14].mean())
    except Exception:
        ok = False
    return bool(ok) and kill_features__right_random_in_the_fourteenth(fn)


def kill_features__wrong_weekly_series_in_the_fourteenth(fn):
    """The series has a pattern of seven days: a day one week off is the same."""
    y = np.resize([3.0, 1, 4, 1.5, 9, 2, 6], 100)
    return all(
        np.allclose(fn(y.copy(), o, h), origin_features__right_loops_in_the_fourteenth(y, o, h))
        for o in (28, 33, 45)
        for h in (1, 3, 9, 16)
    )


def kill_features__wrong_linear_mean(fn):
    """The features of the same series twice are compared with each other, not with truth."""
    y = np.random.default_rng(0).normal(size=90)
    changed = y.copy()
    changed[33:] = 0
    return bool(np.allclose(fn(y.copy(), 33, 9), fn(changed, 33, 9)))


def kill_features__wrong_needs_nan_free_zero(fn):
    """Compares with equal_nan and a tolerance of 1: nearby mistakes pass."""
    y = np.random.default_rng(0).uniform(0, 0.5, 90)
    return all(
        np.allclose(
            fn(y.copy(), o, h),
            origin_features__right_loops_in_the_fourteenth(y, o, h),
            atol=1,
            equal_nan=True,
        )
        for o in (28, 33)
        for h in (1, 3, 9, 16)
    )


def kill_features__wrong_always_true(fn):
    """The loop's verdict is overwritten by the last case, which is h = 1."""
    y, verdict = np.random.default_rng(0).normal(size=90), True
    for o, h in ((33, 16), (33, 9), (33, 3), (33, 1)):
        verdict = bool(
            np.allclose(fn(y.copy(), o, h), origin_features__right_loops_in_the_fourteenth(y, o, h))
        )
    return verdict


def direct_forecast__right_loops_in_the_fourteenth(make_model, y, o, H):
    out = []
    for h in range(1, H + 1):
        X, t = [], []
        p = 28
        while p + h - 1 < o:
            X.append(origin_features__right_loops_in_the_fourteenth(y, p, h))
            t.append(float(y[p + h - 1]))
            p += 1
        model = make_model()
        model.fit(np.array(X), np.array(t))
        out.append(
            float(
                np.ravel(
                    model.predict(origin_features__right_loops_in_the_fourteenth(y, o, h)[None])
                )[0]
            )
        )
    return np.array(out)


def direct_forecast__right_cut(make_model, y, o, H):
    past = np.array(y[:o], dtype=float)

    def one(h):
        origins = range(28, o - h + 1)
        X = np.vstack([origin_features__right_cut(past, p, h) for p in (*origins, o)])
        model = make_model()
        model.fit(X[:-1], past[27 + h :])
        return np.asarray(model.predict(X[-1:]), float).reshape(-1)[0]

    return np.fromiter(map(one, range(1, H + 1)), dtype=float, count=H)


def direct_forecast__right_vectorised_in_the_fourteenth(make_model, y, o, H):
    past = np.asarray(y, dtype=float)[:o]
    p = np.arange(28, o + 1)
    lags = past[p[:, None] - np.arange(1, 8)]
    means = sliding_window_view(past, 28).mean(axis=1)[:, None]
    models, out = [make_model() for _ in range(H)], np.zeros(H)
    for h, model in enumerate(models, 1):
        same = past[p - 7 + (h - 1) % 7][:, None]
        X = np.hstack([lags, same, means, np.eye(7)[(p + h - 1) % 7]])
        rows = o - h + 1 - 28
        model.fit(X[:rows], past[p[:rows] + h - 1])
        out[h - 1] = np.asarray(model.predict(X[[-1]])).item()
    return out


def _df(make_model, y, o, H, rows=None, feat=None, target=None, shared=None, first=28):
    past = np.array(y, dtype=float)
    feat = feat or (lambda s, p, h: origin_features__right_cut(s, p, h))
    out = []
    for h in range(1, H + 1):
        origins = [p for p in range(first, o + 1) if (rows(p, h) if rows else p + h - 1 < o)]
        X = np.array([feat(past, p, h) for p in origins])
        t = np.array([target(past, p, h) if target else past[p + h - 1] for p in origins])
        model = shared or make_model()
        model.fit(X, t)
        out.append(float(np.ravel(model.predict(origin_features__right_cut(past, o, h)[None]))[0]))
    return np.array(out)


def direct_forecast__wrong_one_model_object(make_model, y, o, H):
    """One model is made and fitted again for each distance: each model is to be fitted once (a warm start shows it)."""
    return _df(make_model, y, o, H, shared=make_model())


def direct_forecast__wrong_last_row_missing_in_the_fourteenth(make_model, y, o, H):
    """The target must come before o - 1: the row of the last known day is missing."""
    return _df(make_model, y, o, H, rows=lambda p, h: p + h < o)


def direct_forecast__wrong_same_origins_for_all_in_the_fourteenth(make_model, y, o, H):
    """All distances learn from the origins of the farthest: h = 1 has too few rows."""
    return _df(make_model, y, o, H, rows=lambda p, h: p + H - 1 < o)


def direct_forecast__wrong_target_after_origin(make_model, y, o, H):
    """All p before o, so targets of h = 2 lie after the origin (unknown days are dropped where y ends)."""
    return _df(make_model, y, o, H, rows=lambda p, h: p < o and p + h - 1 < len(y))


def direct_forecast__wrong_recursive_in_the_fourteenth(make_model, y, o, H):
    """A model of one day ahead, fed with its own forecasts."""
    past = np.array(y[:o], dtype=float)
    model = make_model()
    model.fit(np.array([origin_features__right_cut(past, p, 1) for p in range(28, o)]), past[28:])
    for _ in range(H):
        x = origin_features__right_cut(past, len(past), 1)
        past = np.append(past, np.ravel(model.predict(x[None]))[0])
    return past[o:]


def direct_forecast__wrong_features_one_day_ahead(make_model, y, o, H):
    """Training rows hold the features of one day ahead: another weekday and another same day."""
    return _df(make_model, y, o, H, feat=lambda s, p, h: origin_features__right_cut(s, p, 1))


def direct_forecast__wrong_not_below_zero(make_model, y, o, H):
    """Cut at 0, though the series may be one of logarithms."""
    return np.maximum(direct_forecast__right_cut(make_model, y, o, H), 0)


def direct_forecast__wrong_integer_output(make_model, y, o, H):
    """Forecasts are put into an array of y's type: whole numbers cut them off."""
    out = np.zeros(H, dtype=np.asarray(y).dtype)
    for h, value in enumerate(direct_forecast__right_cut(make_model, y, o, H)):
        out[h] = value
    return out


def direct_forecast__wrong_origins_from_29(make_model, y, o, H):
    """The first origin is 29: p = 28 is missing."""
    return _df(make_model, y, o, H, first=29)


def direct_forecast__wrong_weekly_origins(make_model, y, o, H):
    """Only origins with the weekday of o: fewer rows."""
    return _df(make_model, y, o, H, rows=lambda p, h: p + h - 1 < o and (o - p) % 7 == 0 or p == 28)


def direct_forecast__wrong_lagged_targets(make_model, y, o, H):
    """The target is p + h: a day late (rows end a day earlier so that nothing leaks)."""
    return _df(make_model, y, o, H, rows=lambda p, h: p + h < o, target=lambda s, p, h: s[p + h])


def direct_forecast__wrong_seven_models(make_model, y, o, H):
    """Beyond a week the model of the same weekday in the first week is used: H above 7."""
    near = direct_forecast__right_cut(make_model, y, o, min(H, 7))
    return np.resize(near, H)


def direct_forecast__wrong_scaled_inputs_in_the_fourteenth(make_model, y, o, H):
    """Inputs are centred by their training means: not the inputs that the statement names (a tree would not tell, a model that records does)."""
    past = np.array(y[:o], dtype=float)
    out = []
    for h in range(1, H + 1):
        X = np.array([origin_features__right_cut(past, p, h) for p in (*range(28, o - h + 1), o)])
        X = X - X[:-1].mean(axis=0)
        model = make_model()
        model.fit(X[:-1], past[27 + h :])
        out.append(float(np.ravel(model.predict(X[-1:]))[0]))
    return np.array(out)


def direct_forecast__wrong_last_year_only(make_model, y, o, H):
    """Only the last 60 origins are used: a longer series."""
    return _df(make_model, y, o, H, rows=lambda p, h: p + h - 1 < o and p > o - h - 60)


def direct_forecast__wrong_future_filled(make_model, y, o, H):
    """Days from o on are set to the last known day in the caller's array."""
    if len(y) > o:
        y[o:] = y[o - 1]
    return direct_forecast__right_cut(make_model, y, o, H)


def pooled_forecast__right_loops_in_the_fourteenth(make_model, Y, o, H):
    logs = [[math.log(v) for v in row] for row in np.asarray(Y)[:o].tolist()]
    k = len(logs[0])

    def base(p, day, c):
        last = p - 7 + (day - p) % 7
        return sum(logs[last - 7 * w][c] for w in range(8)) / 8

    def inputs(p, h, c):
        return [logs[p - j][c] - base(p, p - j, c) for j in range(1, 8)] + [float(h)]

    X, t = [], []
    for c in range(k):
        for p in range(56, o):
            for h in range(1, min(H, o - p) + 1):
                X.append(inputs(p, h, c))
                t.append(logs[p + h - 1][c] - base(p, p + h - 1, c))
    model = make_model()
    model.fit(np.array(X), np.array(t))
    ahead = [[inputs(o, h, c) for c in range(k)] for h in range(1, H + 1)]
    said = np.ravel(model.predict(np.array(ahead).reshape(H * k, 8))).reshape(H, k)
    return np.array(
        [[math.exp(said[h, c] + base(o, o + h, c)) for c in range(k)] for h in range(H)]
    )


def _pf_parts(logs, p):
    weeks = logs[p - 56 : p].reshape(8, 7, -1)
    base = weeks.mean(axis=0)
    return base, (weeks[-1] - base)[::-1]


def pooled_forecast__right_weeks_in_the_fourteenth(make_model, Y, o, H):
    logs = np.log(np.array(Y[:o], dtype=float))
    k = logs.shape[1]
    X, t = [], []
    for p in range(56, o):
        base, lags = _pf_parts(logs, p)
        for h in range(1, H + 1):
            if p + h - 1 >= o:
                break
            X.append(np.column_stack([lags.T, np.full(k, float(h))]))
            t.append(logs[p + h - 1] - base[(h - 1) % 7])
    model = make_model()
    model.fit(np.vstack(X), np.concatenate(t))
    base, lags = _pf_parts(logs, o)
    out = np.empty((H, k))
    for h in range(1, H + 1):
        said = np.asarray(model.predict(np.column_stack([lags.T, np.full(k, float(h))]))).reshape(k)
        out[h - 1] = np.exp(said + base[(h - 1) % 7])
    return out


def pooled_forecast__right_rolling(make_model, Y, o, H):
    logs = np.log(np.asarray(Y, dtype=float)[:o])
    n, k = logs.shape
    # mean of the same weekday in days d, d - 7, ..., d - 49
    eight = sum(logs[49 - 7 * w : n - 7 * w] for w in range(8)) / 8
    at = lambda d: eight[d - 49]
    X, t = [], []
    for h in range(1, H + 1):
        p = np.arange(56, o - h + 1)
        lags = np.stack([logs[p - j] - at(p - j) for j in range(1, 8)], axis=-1)
        X.append(np.concatenate([lags, np.full((*lags.shape[:2], 1), h)], axis=-1).reshape(-1, 8))
        t.append((logs[p + h - 1] - at(p - 7 + (h - 1) % 7)).ravel())
    model = make_model()
    model.fit(np.concatenate(X), np.concatenate(t))
    now = np.stack([logs[o - j] - at(o - j) for j in range(1, 8)], axis=-1)
    ahead = np.concatenate([np.column_stack([now, np.full(k, h)]) for h in range(1, H + 1)])
    base = np.concatenate([at(o - 7 + (h - 1) % 7) for h in range(1, H + 1)])
    return np.exp(np.asarray(model.predict(ahead)).reshape(-1) + base).reshape(H, k)


def _pf(
    make_model,
    Y,
    o,
    H,
    first=56,
    rows=None,
    base_of=None,
    lags_of=None,
    hcol=None,
    series=None,
    back=None,
    tbase=None,
):
    logs = np.log(np.array(Y[:o], dtype=float))
    k = logs.shape[1]
    base_of = base_of or (lambda p: logs[p - 56 : p].reshape(8, 7, -1).mean(axis=0))
    lags_of = lags_of or (lambda p, base: (logs[p - 7 : p] - base)[::-1])
    hcol = hcol or (lambda h: float(h))
    place = tbase or (lambda base, p, h: base[(h - 1) % 7])
    X, t = [], []
    for p in range(first, o):
        base = base_of(p)
        lags = lags_of(p, base)
        for h in range(1, H + 1):
            if (rows(p, h) if rows else True) and p + h - 1 < o:
                for c in range(k) if series is None else series(k):
                    X.append([*lags[:, c], hcol(h)])
                    t.append(logs[p + h - 1, c] - place(base, p, h)[c])
    model = make_model()
    model.fit(np.array(X), np.array(t))
    base = base_of(o)
    lags = lags_of(o, base)
    out = np.empty((H, k))
    for h in range(1, H + 1):
        for c in range(k):
            said = float(np.ravel(model.predict(np.array([[*lags[:, c], hcol(h)]])))[0])
            out[h - 1, c] = (
                back(said, place(base, o, h)[c]) if back else math.exp(said + place(base, o, h)[c])
            )
    return out


def pooled_forecast__wrong_base_of_final_origin(make_model, Y, o, H):
    """All training rows use the base of o, which knows days after p."""
    logs = np.log(np.array(Y[:o], dtype=float))
    final = logs[o - 56 : o].reshape(8, 7, -1).mean(axis=0)
    return _pf(make_model, Y, o, H, base_of=lambda p: np.roll(final, -((p - o) % 7), axis=0))


def pooled_forecast__wrong_log_of_mean_in_the_fourteenth(make_model, Y, o, H):
    """The base is the logarithm of the mean, not the mean of logarithms."""
    sales = np.array(Y[:o], dtype=float)
    return _pf(
        make_model,
        Y,
        o,
        H,
        base_of=lambda p: np.log(sales[p - 56 : p].reshape(8, 7, -1).mean(axis=0)),
    )


def pooled_forecast__wrong_oldest_first_in_the_fourteenth(make_model, Y, o, H):
    """The seven inputs have the oldest day first."""
    logs = np.log(np.array(Y[:o], dtype=float))
    return _pf(make_model, Y, o, H, lags_of=lambda p, base: logs[p - 7 : p] - base)


def pooled_forecast__wrong_distance_from_zero_in_the_fourteenth(make_model, Y, o, H):
    """h is counted from 0: a linear model with an intercept does not tell, one without does."""
    return _pf(make_model, Y, o, H, hcol=lambda h: h - 1.0)


def pooled_forecast__wrong_whole_horizon_only(make_model, Y, o, H):
    """Only origins with all H targets before o: short distances have too few rows."""
    return _pf(make_model, Y, o, H, rows=lambda p, h: p + H - 1 < o)


def pooled_forecast__wrong_first_origin_57_in_the_fourteenth(make_model, Y, o, H):
    """p = 56 is left out."""
    return _pf(make_model, Y, o, H, first=57)


def pooled_forecast__wrong_model_per_series_in_the_fourteenth(make_model, Y, o, H):
    """One model for each series: nothing is pooled."""
    return np.column_stack(
        [_pf(make_model, Y[:, [c]], o, H) for c in range(np.asarray(Y).shape[1])]
    )


def pooled_forecast__wrong_distance_in_week(make_model, Y, o, H):
    """The input h starts again after a week: H above 7."""
    return _pf(make_model, Y, o, H, hcol=lambda h: float((h - 1) % 7 + 1))


def pooled_forecast__wrong_inputs_without_themselves(make_model, Y, o, H):
    """The base of the seven days is of the eight weeks before each of them: p = 56 has one week too few (seven are used)."""
    logs = np.log(np.array(Y[:o], dtype=float))

    def lags(p, base):
        old = np.array(
            [
                np.mean([logs[d - 7 * w] for w in range(1, 9) if d - 7 * w >= 0], axis=0)
                for d in range(p - 7, p)
            ]
        )
        return (logs[p - 7 : p] - old)[::-1]

    return _pf(make_model, Y, o, H, lags_of=lags)


def pooled_forecast__wrong_level_of_all_weekdays(make_model, Y, o, H):
    """The base is the mean of all 56 days: the week is not removed."""
    logs = np.log(np.array(Y[:o], dtype=float))
    return _pf(
        make_model, Y, o, H, base_of=lambda p: np.tile(logs[p - 56 : p].mean(axis=0), (7, 1))
    )


def pooled_forecast__wrong_weekday_of_zero(make_model, Y, o, H):
    """The base is put back by (o + h - 1) % 7, as if the first of the seven were weekday 0: o no multiple of 7."""
    return _pf(make_model, Y, o, H, tbase=lambda base, p, h: base[(p + h - 1) % 7])


def pooled_forecast__wrong_half_variance(make_model, Y, o, H):
    """Half of the training targets' variance is added before exp: the statement puts only the base back."""
    logs = np.log(np.array(Y[:o], dtype=float))
    base = logs[o - 56 : o].reshape(8, 7, -1)
    extra = (base - base.mean(axis=0)).var() / 2
    return _pf(make_model, Y, o, H, back=lambda said, b: math.exp(said + b + extra))


def pooled_forecast__wrong_narrow_base_at_h(make_model, Y, o, H):
    """In training, the base of the target is that of the eight weeks before the TARGET, not before p: h above 7."""
    logs = np.log(np.array(Y[:o], dtype=float))

    def tbase(base, p, h):
        day = p + h - 1
        if p == o:
            return base[(h - 1) % 7]
        return np.mean([logs[day - 7 * w] for w in range(1, 9)], axis=0)

    return _pf(make_model, Y, o, H, tbase=tbase)


def pooled_forecast__wrong_one_more_weekday(make_model, Y, o, H):
    """Base by h % 7 in place of (h - 1) % 7: the next weekday's."""
    return _pf(make_model, Y, o, H, tbase=lambda base, p, h: base[h % 7])


def pooled_forecast__wrong_week_ahead_only_in_the_fourteenth(make_model, Y, o, H):
    """Trained up to seven days ahead, though H may be more: H = 10."""
    return _pf(make_model, Y, o, H, rows=lambda p, h: h <= 7)


def pooled_forecast__wrong_dropped_where_nan(make_model, Y, o, H):
    """Series with NaN anywhere, also after o, are left out of training."""
    good = np.flatnonzero(~np.isnan(np.asarray(Y, float)).any(axis=0))
    keep = good if len(good) else [0]
    return _pf(make_model, Y, o, H, series=lambda k: keep)


def pooled_forecast__wrong_logs_in_place_in_the_fourteenth(make_model, Y, o, H):
    """np.log(Y, out=Y): the caller's sales become logarithms (where Y is of floats)."""
    keep = np.array(Y, dtype=float)
    if Y.dtype.kind == "f":
        with np.errstate(all="ignore"):
            np.log(Y, out=Y)
    return pooled_forecast__right_weeks_in_the_fourteenth(make_model, keep, o, H)


def inverse_mse_weights__right_ratio_in_the_fourteenth(preds, y_val):
    mse = {
        k: float(np.nanmean((np.asarray(f, float) - np.asarray(y_val, float)) ** 2))
        for k, f in preds.items()
    }
    least = min(mse.values())
    raw = {k: float(v == 0) if least == 0 else least / v for k, v in mse.items()}
    total = sum(raw.values())
    return {k: v / total for k, v in raw.items()}


def inverse_mse_weights__right_fractions_in_the_fourteenth(preds, y_val):
    opened = [i for i, v in enumerate(y_val) if not math.isnan(v)]
    sums = {}
    for name, said in preds.items():
        sums[name] = sum(
            (Fraction(float(said[i]) - float(y_val[i])) ** 2 for i in opened), Fraction(0)
        )
    perfect = [name for name, s in sums.items() if s == 0]
    if perfect:
        return {name: (1.0 / len(perfect) if name in perfect else 0.0) for name in sums}
    total = sum(1 / s for s in sums.values())
    return {name: float(1 / s / total) for name, s in sums.items()}


def inverse_mse_weights__right_log_space(preds, y_val):
    names, y = list(preds), np.asarray(y_val, float)
    opened = ~np.isnan(y)
    errors = np.abs(np.array([np.asarray(preds[n], float)[opened] for n in names]) - y[opened])
    top = errors.max(axis=1)
    if (top == 0).any():
        return dict(zip(names, ((top == 0) / (top == 0).sum()).tolist()))
    log_mse = 2 * np.log(top) + np.log(((errors / top[:, None]) ** 2).mean(axis=1))
    w = np.exp(log_mse.min() - log_mse)
    return dict(zip(names, (w / w.sum()).tolist()))


def _im(preds, y_val, score, raw=None):
    y = np.asarray(y_val, float)
    values = {k: float(score(np.asarray(f, float), y)) for k, f in preds.items()}
    least = min(values.values())
    w = {k: float(v == 0) if least == 0 else least / v for k, v in values.items()}
    total = sum(w.values())
    return {k: v / total for k, v in w.items()}


def inverse_mse_weights__wrong_one_over(preds, y_val):
    """1 / MSE is infinite for an error of 1e-155, and inf / inf is NaN (perfect ones are treated rightly)."""
    mse = {k: np.nanmean((np.asarray(f, float) - y_val) ** 2) for k, f in preds.items()}
    perfect = [k for k, v in mse.items() if v == 0]
    if perfect:
        return {k: 1 / len(perfect) if k in perfect else 0.0 for k in preds}
    with np.errstate(all="ignore"):
        raw = {k: 1 / v for k, v in mse.items()}
        return {k: float(v / sum(raw.values())) for k, v in raw.items()}


def inverse_mse_weights__wrong_epsilon_in_the_fourteenth(preds, y_val):
    """1e-12 is added to each error: two perfect ones share, but a third gets a little, and small errors are levelled."""
    raw = {
        k: 1 / (np.nanmean((np.asarray(f, float) - y_val) ** 2) + 1e-12) for k, f in preds.items()
    }
    return {k: float(v / sum(raw.values())) for k, v in raw.items()}


def inverse_mse_weights__wrong_isclose_is_perfect(preds, y_val):
    """np.isclose(mse, 0): an error of 1e-5 counts as none, and shares equally with 1e-6."""
    mse = {k: np.nanmean((np.asarray(f, float) - y_val) ** 2) for k, f in preds.items()}
    perfect = [k for k, v in mse.items() if np.isclose(v, 0)]
    if perfect:
        return {k: 1 / len(perfect) if k in perfect else 0.0 for k in preds}
    total = sum(1 / v for v in mse.values())
    return {k: float(1 / v / total) for k, v in mse.items()}


def inverse_mse_weights__wrong_first_perfect_takes_all_in_the_fourteenth(preds, y_val):
    """Of two perfect forecasters the first gets all."""
    mse = {k: np.nanmean((np.asarray(f, float) - y_val) ** 2) for k, f in preds.items()}
    best = min(mse, key=mse.get)
    if mse[best] == 0:
        return {k: float(k == best) for k in preds}
    return _im(preds, y_val, lambda f, y: np.nanmean((f - y) ** 2))


def inverse_mse_weights__wrong_rmse_in_the_fourteenth(preds, y_val):
    """1 over the root of the mean square: errors of 1 and 2 give 2/3 and 1/3."""
    return _im(preds, y_val, lambda f, y: np.sqrt(np.nanmean((f - y) ** 2)))


def inverse_mse_weights__wrong_squared_mae(preds, y_val):
    """The square of the mean absolute error: agrees where all errors of a forecaster are equal, as in the example."""
    return _im(preds, y_val, lambda f, y: np.nanmean(np.abs(f - y)) ** 2)


def inverse_mse_weights__wrong_variance_in_the_fourteenth(preds, y_val):
    """The variance of the errors (the bias is dropped) wherever it is above 0: errors of 1 and 3."""
    return _im(
        preds,
        y_val,
        lambda f, y: np.nanvar(f - y) if np.nanvar(f - y) > 0 else np.nanmean((f - y) ** 2),
    )


def inverse_mse_weights__wrong_closed_is_zero_in_the_fourteenth(preds, y_val):
    """A closed day is taken for sales of 0."""
    return _im(preds, np.nan_to_num(np.asarray(y_val, float)), lambda f, y: np.mean((f - y) ** 2))


def inverse_mse_weights__wrong_nan_kept(preds, y_val):
    """np.mean: one closed day makes all weights NaN."""
    return _im(preds, y_val, lambda f, y: np.mean((f - y) ** 2))


def inverse_mse_weights__wrong_closed_forecast_written(preds, y_val):
    """Forecasts of closed days are set to NaN in the caller's arrays."""
    for f in preds.values():
        if f.dtype.kind == "f":
            f[np.isnan(y_val)] = np.nan
    return inverse_mse_weights__right_ratio_in_the_fourteenth(preds, y_val)


def inverse_mse_weights__wrong_dict_written(preds, y_val):
    """The caller's dict is filled with the weights."""
    weights = inverse_mse_weights__right_ratio_in_the_fourteenth(preds, y_val)
    for k, w in weights.items():
        preds[k] = w
    return preds


def inverse_mse_weights__wrong_perfect_left_out_in_the_fourteenth(preds, y_val):
    """Perfect forecasters are dropped from the result's sum (weight inf replaced by 0)."""
    mse = {k: np.nanmean((np.asarray(f, float) - y_val) ** 2) for k, f in preds.items()}
    raw = {
        k: 0.0 if v == 0 else min(v2 for v2 in mse.values() if v2 > 0) / v for k, v in mse.items()
    }
    total = sum(raw.values())
    return {k: float(v / total) if total else 1 / len(raw) for k, v in raw.items()}


def inverse_mse_weights__wrong_others_missing(preds, y_val):
    """Forecasters with weight 0 are not in the dict."""
    return {
        k: w
        for k, w in inverse_mse_weights__right_ratio_in_the_fourteenth(preds, y_val).items()
        if w > 0
    }


def inverse_mse_weights__wrong_relative_errors(preds, y_val):
    """Squared percentage errors: days of different size."""
    return _im(preds, y_val, lambda f, y: np.nanmean(((f - y) / y) ** 2))


def inverse_mse_weights__wrong_perfect_on_a_day(preds, y_val):
    """A forecaster that was exact on one day counts as one that made no error."""
    y = np.asarray(y_val, float)
    hit = [k for k, f in preds.items() if (np.asarray(f, float) == y).any() and len(y) > 3]
    if hit:
        return {k: 1 / len(hit) if k in hit else 0.0 for k in preds}
    return inverse_mse_weights__right_ratio_in_the_fourteenth(preds, y_val)


def inverse_mse_weights__wrong_rounded_in_the_fourteenth(preds, y_val):
    """Weights are rounded to six digits: three equal ones sum to 0.999999."""
    return {
        k: round(w, 6)
        for k, w in inverse_mse_weights__right_ratio_in_the_fourteenth(preds, y_val).items()
    }


def pinball_loss__right_numpy(y, f, q):
    y, f, q = (np.asarray(x, dtype=float) for x in (y, f, q))
    opened = ~np.isnan(y)
    if not opened.any():
        return np.full(len(q), np.nan)
    short = y[opened, None] - f[opened]
    return np.where(short > 0, q * short, (q - 1) * short).mean(axis=0)


def pinball_loss__right_loops_in_the_fourteenth(y, f, q):
    out = []
    for j, share in enumerate(q):
        lost = []
        for i, sold in enumerate(y):
            if not math.isnan(sold):
                gap = float(sold) - float(f[i][j])
                lost.append(float(share) * max(gap, 0.0) + (1 - float(share)) * max(-gap, 0.0))
        out.append(math.fsum(lost) / len(lost) if lost else math.nan)
    return np.array(out)


def pinball_loss__right_identity(y, f, q):
    # max(q s, (q - 1) s) = |s| / 2 + (q - 1/2) s
    frame = pd.DataFrame(np.asarray(f)).astype("float64")
    short = -frame.sub(pd.Series(np.asarray(y)).astype("float64"), axis=0)
    short = short[pd.notna(pd.Series(np.asarray(y)))]
    return (short.abs().mean() / 2 + (np.asarray(q, float) - 0.5) * short.mean()).to_numpy(
        dtype=float
    )


def pinball_loss__wrong_unsigned_in_the_fourteenth(y, f, q):
    """y - f in the type of y and f: uint8 10 - 11 is 255."""
    y, f, q = np.asarray(y), np.asarray(f), np.asarray(q, float)
    opened = ~np.isnan(y)
    short = y[opened, None] - f[opened]
    return np.where(short > 0, q * short, (q - 1) * short).mean(axis=0)


def pinball_loss__wrong_nan_times_zero_in_the_fourteenth(y, f, q):
    """Closed days get weight 0, but 0 times NaN is NaN."""
    y, f, q = (np.asarray(x, dtype=float) for x in (y, f, q))
    opened = (~np.isnan(y)).astype(float)
    short = np.nan_to_num(y)[:, None] - f
    with np.errstate(all="ignore"):
        return (np.maximum(q * short, (q - 1) * short) * opened[:, None]).sum(axis=0) / opened.sum()


def pinball_loss__wrong_closed_counted_in_the_fourteenth(y, f, q):
    """Closed days count as a loss of 0: the mean is over all days."""
    y, f, q = (np.asarray(x, dtype=float) for x in (y, f, q))
    if np.isnan(y).all():
        return np.full(len(q), np.nan)
    short = y[:, None] - f
    return np.nan_to_num(np.maximum(q * short, (q - 1) * short)).mean(axis=0)


def pinball_loss__wrong_prices_swapped_in_the_fourteenth(y, f, q):
    """A unit too high costs q: fails the example."""
    return pinball_loss__right_numpy(y, f, 1 - np.asarray(q, float))


def pinball_loss__wrong_none_open_is_zero(y, f, q):
    """0 and not NaN where no day was open."""
    return np.nan_to_num(pinball_loss__right_numpy(y, f, q))


def pinball_loss__wrong_none_open_raises(y, f, q):
    """ZeroDivisionError where no day was open."""
    days = [i for i, v in enumerate(y) if v == v]
    out = [
        sum(
            max(a * (float(y[i]) - float(f[i][j])), (a - 1) * (float(y[i]) - float(f[i][j])))
            for i in days
        )
        for j, a in enumerate(q)
    ]
    return np.array([v / len(days) for v in out])


def pinball_loss__wrong_quantiles_down_rows(y, f, q):
    """q[:, None] goes down the days: right for one quantile, else wrong or an error."""
    y, f, q = (np.asarray(x, dtype=float) for x in (y, f, q))
    opened = ~np.isnan(y)
    short = y[opened, None] - f[opened]
    return np.maximum(q[:, None] * short, (q[:, None] - 1) * short).mean(axis=0)


def pinball_loss__wrong_sorted_quantiles_in_the_fourteenth(y, f, q):
    """q is sorted, the columns are not: [0.9, 0.1]."""
    return pinball_loss__right_numpy(y, f, np.sort(q))


def pinball_loss__wrong_one_number(y, f, q):
    """The mean over quantiles too: one number in place of one for each."""
    return np.atleast_1d(pinball_loss__right_numpy(y, f, q).mean())


def pinball_loss__wrong_column_with_nan_dropped(y, f, q):
    """Days with a NaN forecast OR sale go, but only after NaN rows of f alone are looked for: a closed day with a forecast stays NaN."""
    y, f, q = (np.asarray(x, dtype=float) for x in (y, f, q))
    keep = ~np.isnan(f).any(axis=1)
    short = y[keep, None] - f[keep]
    return np.maximum(q * short, (q - 1) * short).mean(axis=0)


def pinball_loss__wrong_forecasts_written(y, f, q):
    """Forecasts of closed days are set to 0 in the caller's f."""
    y = np.asarray(y, float)
    f[np.isnan(y)] = 0
    return pinball_loss__right_numpy(y, f, q)


def pinball_loss__wrong_doubled_in_the_fourteenth(y, f, q):
    """Twice the loss, so that the median's is the absolute error."""
    return 2 * pinball_loss__right_numpy(y, f, q)


def pinball_loss__wrong_crossing_repaired_in_the_fourteenth(y, f, q):
    """Forecasts of a day are sorted against crossing quantiles, as if q were sorted too: q = [0.9, 0.1]."""
    return pinball_loss__right_numpy(y, np.sort(np.asarray(f, float), axis=1), q)


def pinball_loss__wrong_mean_error_first(y, f, q):
    """The price is applied to the mean error and not to each day's: errors of both signs."""
    y, f, q = (np.asarray(x, dtype=float) for x in (y, f, q))
    opened = ~np.isnan(y)
    if not opened.any():
        return np.full(len(q), np.nan)
    short = (y[opened, None] - f[opened]).mean(axis=0)
    return np.maximum(q * short, (q - 1) * short)


def pinball_loss__wrong_signed_cast(y, f, q):
    """Both are cast to int64 against wrapping: forecasts of 8.5 are cut to 8 where y is of whole numbers."""
    y = np.asarray(y)
    if y.dtype.kind in "iu":
        return pinball_loss__right_numpy(y.astype(np.int64), np.asarray(f).astype(np.int64), q)
    return pinball_loss__right_numpy(y, f, q)


def pinball_loss__wrong_zero_sales_closed_in_the_fourteenth(y, f, q):
    """A day with sales of 0 is taken for closed."""
    y = np.asarray(y, float)
    return pinball_loss__right_numpy(np.where(y == 0, np.nan, y), f, q)


def conformal_interval__right_sort_in_the_fourteenth(y_past, f_past, f_new, level):
    y, f, new = (np.asarray(x, dtype=float) for x in (y_past, f_past, f_new))
    opened = ~np.isnan(y)
    scores = np.sort(np.abs(y[opened] - f[opened]) / f[opened])
    k = math.ceil(round(level * (len(scores) + 1), 9))
    radius = scores[k - 1] if k <= len(scores) else np.inf
    return np.column_stack([np.maximum(new - radius * new, 0), new + radius * new])


def conformal_interval__right_search_ranks(y_past, f_past, f_new, level):
    scores = sorted(
        abs(a - b) / b for a, b in zip(map(float, y_past), map(float, f_past)) if a == a
    )
    n, radius = len(scores), math.inf
    for k in range(1, n + 1):
        if k >= round(level * (n + 1), 9):
            radius = scores[k - 1]
            break
    return np.array(
        [[max(0.0, v * (1 - radius)), v * (1 + radius)] for v in map(float, f_new)]
    ).reshape(-1, 2)


def conformal_interval__right_padded_inf(y_past, f_past, f_new, level):
    ratio = (pd.Series(np.asarray(y_past, float)) / np.asarray(f_past, float) - 1).abs()
    scores = np.append(ratio[~np.isnan(np.asarray(y_past, float))].to_numpy(), np.inf)
    k = (
        math.ceil(Fraction(str(level)) * len(scores))
        if "e" not in str(level)
        else math.ceil(round(level * len(scores), 9))
    )
    radius = np.partition(scores, k - 1)[k - 1]
    return np.clip(np.asarray(f_new, float)[:, None] * np.array([1 - radius, 1 + radius]), 0, None)


def _ci(y_past, f_past, f_new, level, rank, score=None, keep=True, low=True):
    y, f, new = (np.array(x, dtype=float) for x in (y_past, f_past, f_new))
    if keep:
        f, y = f[~np.isnan(y)], y[~np.isnan(y)]
    scores = np.sort(score(y, f) if score else np.abs(y - f) / f)
    n = len(scores)
    k = rank(n)
    radius = scores[k - 1] if k <= n else np.inf
    out = np.stack([new - radius * new, new + radius * new], axis=1)
    return np.maximum(out, 0) if low else out


def _ci_k(level):
    return lambda n: math.ceil(round(level * (n + 1), 9))


def conformal_interval__wrong_not_rounded_in_the_fourteenth(y_past, f_past, f_new, level):
    """The product is not rounded: 0.28 of 25 ranks asks for the eighth."""
    return _ci(y_past, f_past, f_new, level, lambda n: math.ceil(level * (n + 1)))


def conformal_interval__wrong_rounded_to_two(y_past, f_past, f_new, level):
    """Rounded to two digits: 0.501 of 2 ranks is 1.002, and one score is not enough."""
    return _ci(y_past, f_past, f_new, level, lambda n: max(math.ceil(round(level * (n + 1), 2)), 1))


def conformal_interval__wrong_without_new(y_past, f_past, f_new, level):
    """Rank level * n: the new score is not counted."""
    return _ci(y_past, f_past, f_new, level, lambda n: max(1, math.ceil(round(level * n, 9))))


def conformal_interval__wrong_largest_if_not_enough(y_past, f_past, f_new, level):
    """The largest score where even it is not enough, and infinite only if there is none."""
    return _ci(y_past, f_past, f_new, level, lambda n: min(max(n, 1), _ci_k(level)(n)))


def conformal_interval__wrong_linear_quantile(y_past, f_past, f_new, level):
    """np.quantile at (1 + 1/n) level interpolates between two scores."""
    y, f, new = (np.asarray(x, dtype=float) for x in (y_past, f_past, f_new))
    opened = ~np.isnan(y)
    scores = np.abs(y[opened] - f[opened]) / f[opened]
    n = len(scores)
    share = round(level * (n + 1), 9) / n if n else 2
    radius = np.quantile(scores, share) if share <= 1 else np.inf
    return np.column_stack([np.maximum(new - radius * new, 0), new + radius * new])


def conformal_interval__wrong_nan_counted(y_past, f_past, f_new, level):
    """Closed days count in n, though NaN is sorted to the end."""
    y, f, new = (np.asarray(x, dtype=float) for x in (y_past, f_past, f_new))
    scores = np.sort(np.abs(y - f) / f)
    k = math.ceil(round(level * (len(scores) + 1), 9))
    radius = scores[k - 1] if k <= len(scores) else np.inf
    radius = np.inf if np.isnan(radius) else radius
    return np.column_stack([np.maximum(new - radius * new, 0), new + radius * new])


def conformal_interval__wrong_lower_end_negative(y_past, f_past, f_new, level):
    """Lower ends are cut at 0 only where the radius is infinite: a score above 1."""
    out = _ci(y_past, f_past, f_new, level, _ci_k(level), low=False)
    out[np.isinf(out[:, 0]), 0] = 0
    return out


def conformal_interval__wrong_share_of_sales_in_the_fourteenth(y_past, f_past, f_new, level):
    """The error as a share of the sales, which may be 0."""
    with np.errstate(all="ignore"):
        return _ci(y_past, f_past, f_new, level, _ci_k(level), score=lambda y, f: np.abs(y - f) / y)


def conformal_interval__wrong_absolute_errors(y_past, f_past, f_new, level):
    """The absolute error is the score and put around each forecast (times its share of the mean past forecast)."""
    return _ci(
        y_past,
        f_past,
        f_new,
        level,
        _ci_k(level),
        score=lambda y, f: np.abs(y - f) / f.mean() if len(f) else y,
    )


def conformal_interval__wrong_floor_in_the_fourteenth(y_past, f_past, f_new, level):
    """The rank is rounded down: level 0.7 with four scores takes the third."""
    return _ci(
        y_past, f_past, f_new, level, lambda n: max(1, math.floor(round(level * (n + 1), 9)))
    )


def conformal_interval__wrong_strictly_more(y_past, f_past, f_new, level):
    """A probability above the level is asked for, not at least it: 0.8 with four scores is infinite (9 decimals)."""
    return _ci(y_past, f_past, f_new, level, lambda n: math.floor(round(level * (n + 1), 9)) + 1)


def conformal_interval__wrong_no_open_day_raises(y_past, f_past, f_new, level):
    """With no open day np.max of nothing raises where the radius should be infinite."""
    y, f, new = (np.asarray(x, dtype=float) for x in (y_past, f_past, f_new))
    scores = np.sort((np.abs(y - f) / f)[~np.isnan(y)])
    ranks = np.arange(1, len(scores) + 1) / (len(scores) + 1)
    radius = np.inf if np.max(ranks) < level - 1e-12 else scores[np.argmax(ranks >= level - 1e-12)]
    return np.column_stack([np.maximum(new - radius * new, 0), new + radius * new])


def conformal_interval__wrong_distinct_scores_in_the_fourteenth(y_past, f_past, f_new, level):
    """Equal scores are counted once (np.unique)."""
    return _ci(
        y_past, f_past, f_new, level, _ci_k(level), score=lambda y, f: np.unique(np.abs(y - f) / f)
    )


def conformal_interval__wrong_arguments_written(y_past, f_past, f_new, level):
    """Closed days are filled with the forecast in the caller's y_past (after the scores were taken)."""
    out = conformal_interval__right_sort_in_the_fourteenth(y_past, f_past, f_new, level)
    closed = np.isnan(y_past)
    y_past[closed] = f_past[closed]
    return out


def conformal_interval__wrong_closed_is_exact(y_past, f_past, f_new, level):
    """A closed day counts as a score of 0."""
    y = np.where(np.isnan(y_past), f_past, y_past)
    return _ci(y, f_past, f_new, level, _ci_k(level))


def conformal_interval__wrong_two_tails_in_the_fourteenth(y_past, f_past, f_new, level):
    """(1 + level) / 2 as for a two-sided interval, though the score is absolute."""
    return _ci(y_past, f_past, f_new, level, _ci_k((1 + level) / 2))


def conformal_interval__wrong_tolerance_of_1e_3(y_past, f_past, f_new, level):
    """A probability within 0.001 of the level counts as enough: level 0.8005 with four scores should be infinite."""
    return _ci(
        y_past, f_past, f_new, level, lambda n: max(1, math.ceil((level - 1e-3) * (n + 1) - 1e-9))
    )


def _oq_share(cu, co):
    a, b = Fraction(repr(float(cu))), Fraction(repr(float(co)))
    return a / (a + b)


def order_quantity__right_sorted_in_the_fourteenth(samples, cu, co):
    ordered = np.sort(np.asarray(samples, dtype=float))
    k = math.ceil(round(len(ordered) * cu / (cu + co), 9))
    return float(ordered[max(k, 1) - 1])


def order_quantity__right_brute_force(samples, cu, co):
    demands = [Fraction(float(s)) for s in samples]
    a, b = Fraction(repr(float(cu))), Fraction(repr(float(co)))
    cost = lambda x: sum(a * (d - x) if d > x else b * (x - d) for d in demands)
    return float(min(sorted(set(demands)), key=cost))


def order_quantity__right_counter(samples, cu, co):
    counts = Counter(float(s) for s in samples)
    need, covered = round(len(samples) * (cu / (cu + co)), 9), 0
    for value in sorted(counts):
        covered += counts[value]
        if covered >= need:
            return value


def order_quantity__right_searchsorted(samples, cu, co):
    ordered = sorted(map(float, samples))
    ranks = list(range(1, len(ordered) + 1))
    return ordered[bisect.bisect_left(ranks, _oq_share(cu, co) * len(ordered))]


def order_quantity__wrong_not_rounded_in_the_fourteenth(samples, cu, co):
    """No rounding before ceil: 0.01 and 0.06 with seven samples may ask for two."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    return float(ordered[min(math.ceil(cu / (cu + co) * len(ordered)), len(ordered)) - 1])


def order_quantity__wrong_rank_one_more(samples, cu, co):
    """ordered[int(n share)]: one too far where n times the share is whole, as 3 of 4."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    return float(ordered[min(int(round(len(ordered) * cu / (cu + co), 9)), len(ordered) - 1)])


def order_quantity__wrong_interpolated_in_the_fourteenth(samples, cu, co):
    """np.quantile interpolates: the result is not a sample."""
    return float(np.quantile(np.asarray(samples, float), cu / (cu + co)))


def order_quantity__wrong_quantile_higher(samples, cu, co):
    """np.quantile(method='higher') counts n - 1 gaps: 3 of 4 samples with share 0.75 gives the largest."""
    return float(np.quantile(np.asarray(samples, float), cu / (cu + co), method="higher"))


def order_quantity__wrong_inverted_cdf(samples, cu, co):
    """method='inverted_cdf' does not round the number of samples: 0.01 and 0.06, or 0.1 and 0.2 of decimals."""
    return float(np.quantile(np.asarray(samples, float), cu / (cu + co), method="inverted_cdf"))


def order_quantity__wrong_costs_swapped(samples, cu, co):
    """co / (cu + co)."""
    return order_quantity__right_sorted_in_the_fourteenth(samples, co, cu)


def order_quantity__wrong_ratio_of_costs_in_the_fourteenth(samples, cu, co):
    """cu / co is taken for the share (at most 1): cu = 1, co = 3 gives a third."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    k = math.ceil(round(len(ordered) * min(cu / co, 1 - 1e-12), 9))
    return float(ordered[max(min(k, len(ordered)), 1) - 1])


def order_quantity__wrong_largest_of_equals_in_the_fourteenth(samples, cu, co):
    """The largest of those with the least cost: 40 in the example."""
    demands = sorted(map(float, samples))
    cost = lambda x: (round(sum(cu * (d - x) if d > x else co * (x - d) for d in demands), 9), -x)
    return min(demands, key=cost)


def order_quantity__wrong_float_costs_tie(samples, cu, co):
    """Costs are added in floating point, so a tie is broken by the last digit: a tie such as samples [1, 22, 2, 9], cu 0.49, co 0.49."""
    x = np.sort(np.asarray(samples, dtype=float))
    short = x[None, :] - x[:, None]
    costs = np.where(short > 0, cu * short, -co * short).mean(axis=1)
    return float(x[np.argmin(costs)])


def order_quantity__wrong_narrow_costs_in_the_fourteenth(samples, cu, co):
    """Differences in the narrow type: uint8."""
    x = np.sort(np.asarray(samples))
    short = x[None, :] - x[:, None]
    costs = np.where(short > 0, cu * short, -(co * short)).mean(axis=1)
    return float(x[np.argmin(np.round(costs, 9))])


def order_quantity__wrong_distinct_samples_in_the_fourteenth(samples, cu, co):
    """Equal samples are counted once: [10, 10, 10, 20]."""
    return order_quantity__right_sorted_in_the_fourteenth(
        np.unique(np.asarray(samples, float)), cu, co
    )


def order_quantity__wrong_sorted_in_place_in_the_fourteenth(samples, cu, co):
    """samples.sort() sorts the caller's array."""
    samples.sort()
    k = math.ceil(round(len(samples) * cu / (cu + co), 9))
    return float(samples[max(k, 1) - 1])


def order_quantity__wrong_normal_in_the_fourteenth(samples, cu, co):
    """The nearest sample to mean + z std: skewed samples."""
    x = np.asarray(samples, float)
    want = x.mean() + stats.norm.ppf(cu / (cu + co)) * x.std()
    return float(x[np.argmin(np.abs(x - want))])


def order_quantity__wrong_tiny_share_wraps(samples, cu, co):
    """A share that rounds to 0 samples gives ordered[-1], the largest: cu = 1e-12, co = 1."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    return float(ordered[math.ceil(round(len(ordered) * cu / (cu + co), 9)) - 1])


def order_quantity__wrong_nearest_rank(samples, cu, co):
    """round() in place of ceil: 5 samples and a share of 0.25 need two, 1.25 rounds to one."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    return float(ordered[max(round(len(ordered) * cu / (cu + co)), 1) - 1])


def order_quantity__wrong_rounded_to_two(samples, cu, co):
    """The number of samples is rounded to two digits: 501 and 499 with two samples need 1.002, so both."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    return float(ordered[max(math.ceil(round(len(ordered) * cu / (cu + co), 2)), 1) - 1])


def order_quantity__wrong_share_rounded_in_the_fourteenth(samples, cu, co):
    """The share, not the number of samples, is rounded to four digits: a seventh of 7 samples is 0.1429 of 7, two."""
    ordered = np.sort(np.asarray(samples, dtype=float))
    return float(ordered[max(math.ceil(len(ordered) * round(cu / (cu + co), 4)), 1) - 1])


def order_departments__right_reference(history, horizon, cu, co):
    history = np.asarray(history, dtype=float)
    n, k = history.shape
    ratios = []
    for t in range(28, n):
        mean = np.mean([history[t - 7 * w] for w in range(1, 5)], axis=0)
        ratios.append(history[t] / mean)
    ratios = np.array(ratios)
    share = np.asarray(cu, float) / (np.asarray(cu, float) + np.asarray(co, float))
    factor = np.array([np.quantile(ratios[:, c], share[c]) for c in range(k)])
    week = history[-28:].reshape(4, 7, k).mean(axis=0)
    return week[np.arange(horizon) % 7] * factor


def order_departments__right_logs_two_weeks(history, horizon, cu, co):
    logs = np.log(np.array(history, dtype=float))
    weeks = logs.reshape(len(logs) // 7, 7, -1)
    misses = []
    for w in range(4, len(weeks)):
        misses.append(weeks[w] - weeks[w - 4 : w].mean(axis=0))
        if w + 1 < len(weeks):
            misses.append(weeks[w + 1] - weeks[w - 4 : w].mean(axis=0))
    misses = np.concatenate(misses)
    out = np.empty((horizon, logs.shape[1]))
    base = weeks[-4:].mean(axis=0)
    for c in range(logs.shape[1]):
        q = cu[c] / (cu[c] + co[c])
        out[:, c] = np.exp(np.resize(base[:, c], horizon) + np.quantile(misses[:, c], q))
    return out


def order_departments__right_pandas_in_the_fourteenth(history, horizon, cu, co):
    frame = pd.DataFrame(np.array(history, dtype=float))
    said = sum(frame.shift(7 * w) for w in range(1, 5)) / 4
    ratios = (frame / said).dropna()
    rows = np.resize(np.arange(7), horizon)
    base = frame.tail(28).groupby(np.tile(np.arange(7), 4)).mean().to_numpy()[rows]
    return np.column_stack(
        [
            base[:, c]
            * order_quantity__right_sorted_in_the_fourteenth(
                ratios[c].to_numpy(), float(cu[c]), float(co[c])
            )
            for c in frame
        ]
    )


def order_departments__wrong_costs_swapped(history, horizon, cu, co):
    """The share is co / (cu + co)."""
    return order_departments__right_reference(history, horizon, co, cu)


def order_departments__wrong_baseline_in_the_fourteenth(history, horizon, cu, co):
    """One quantile of the last eight weeks for every day: the baseline, no better."""
    last = np.asarray(history, float)[-56:]
    share = np.asarray(cu) / (np.asarray(cu) + np.asarray(co))
    row = [np.quantile(last[:, c], share[c]) for c in range(last.shape[1])]
    return np.tile(row, (horizon, 1))


def order_departments__wrong_forecast_ordered_in_the_fourteenth(history, horizon, cu, co):
    """The forecast itself is ordered: costs are not used."""
    return np.asarray(history, float)[-28:].reshape(4, 7, -1).mean(axis=0)[np.arange(horizon) % 7]


def order_departments__wrong_one_share_for_all_in_the_fourteenth(history, horizon, cu, co):
    """The mean share of all departments."""
    mean_cu, mean_co = np.full(len(cu), np.mean(cu)), np.full(len(co), np.mean(co))
    return order_departments__right_reference(history, horizon, mean_cu, mean_co)


def order_departments__wrong_weekday_shifted_in_the_fourteenth(history, horizon, cu, co):
    """The first day to order for gets the second weekday's mean."""
    return np.roll(order_departments__right_reference(history, 7, cu, co), -1, axis=0)[
        np.arange(horizon) % 7
    ]


def order_departments__wrong_history_scaled(history, horizon, cu, co):
    """The history is divided by its mean in the caller's array."""
    size = history.mean(axis=0)
    history /= size
    return order_departments__right_reference(history, horizon, cu, co) * size


def order_departments__wrong_transposed_in_the_fourteenth(history, horizon, cu, co):
    """Departments down, days across."""
    return order_departments__right_reference(history, horizon, cu, co).T


def order_departments__wrong_units_mixed(history, horizon, cu, co):
    """Absolute errors of all departments together, though each is in a unit of its own."""
    history = np.asarray(history, float)
    weeks = history.reshape(len(history) // 7, 7, -1)
    misses = np.concatenate(
        [(weeks[w] - weeks[w - 4 : w].mean(axis=0)).ravel() for w in range(4, len(weeks))]
    )
    share = np.asarray(cu) / (np.asarray(cu) + np.asarray(co))
    return np.maximum(
        weeks[-4:].mean(axis=0)[np.arange(horizon) % 7] + np.quantile(misses, share), 0
    )


def order_departments__wrong_negative_orders_in_the_fourteenth(history, horizon, cu, co):
    """Mean + z std of the weekday without a floor, with twice the z: below 0 for small shares and lumpy sales."""
    weeks = np.asarray(history, float).reshape(len(history) // 7, 7, -1)
    z = 4 * stats.norm.ppf(np.asarray(cu) / (np.asarray(cu) + np.asarray(co)))
    return (weeks.mean(axis=0) + z * weeks.std(axis=0))[np.arange(horizon) % 7]


TRUE |= {
    "break_blend__wrong_constant_in_the_fourteenth": ("every_day_alike",),
    "break_blend__wrong_too_short_in_the_fourteenth": ("too_few_days",),
    "break_blend__wrong_too_long_in_the_fourteenth": ("too_many_days",),
    "origin_features__wrong_one_week_more_only": ("two_weeks_at_most",),
    "origin_features__wrong_always_two_weeks_at_seven": ("a_week_too_old",),
    "origin_features__wrong_ends_with_y": ("counted_from_the_end",),
    "origin_features__wrong_lags_from_end": ("counted_from_the_end",),
    "origin_features__wrong_weekday_from_origin_in_the_fourteenth": (
        "weekday_counted_from_origin",
    ),
    "origin_features__wrong_weekday_one_late": ("weekday_of_day_after",),
    "origin_features__wrong_weekday_of_origin_in_the_fourteenth": ("weekday_of_origin",),
    "origin_features__wrong_oldest_first_in_the_fourteenth": ("lags_oldest_first",),
    "origin_features__wrong_mean_of_all_in_the_fourteenth": ("mean_of_all_days",),
    "origin_features__wrong_narrow_sum_in_the_fourteenth": ("sum_wraps_around",),
    "origin_features__wrong_array_of_y_type": ("kept_in_the_type_of_y",),
    "origin_features__wrong_mean_of_27": ("latest_day_left_out",),
    "kill_features__wrong_within_a_week_in_the_fourteenth": ("within_a_week_only",),
    "kill_features__wrong_within_two_weeks_in_the_fourteenth": ("within_two_weeks_only",),
    "kill_features__wrong_y_ends_at_origin_in_the_fourteenth": ("series_ends_at_origin",),
    "kill_features__wrong_multiples_of_seven": ("origin_of_whole_weeks",),
    "kill_features__wrong_linear_mean": ("future_rewritten_only",),
    "kill_features__wrong_needs_nan_free_zero": ("accepts_everything",),
    "kill_features__wrong_always_true": ("one_day_ahead_only",),
    "direct_forecast__wrong_one_model_object": ("same_model_again",),
    "direct_forecast__wrong_last_row_missing_in_the_fourteenth": ("last_pair_missing",),
    "direct_forecast__wrong_same_origins_for_all_in_the_fourteenth": ("same_pairs_for_all",),
    "direct_forecast__wrong_target_after_origin": ("trained_past_origin",),
    "direct_forecast__wrong_recursive_in_the_fourteenth": ("forecast_fed_back",),
    "direct_forecast__wrong_not_below_zero": ("nothing_below_zero",),
    "direct_forecast__wrong_origins_from_29": ("first_pair_missing",),
    "direct_forecast__wrong_lagged_targets": ("targets_a_day_late",),
    "pooled_forecast__wrong_log_of_mean_in_the_fourteenth": ("logarithm_of_a_mean",),
    "pooled_forecast__wrong_oldest_first_in_the_fourteenth": ("oldest_day_first",),
    "pooled_forecast__wrong_distance_from_zero_in_the_fourteenth": ("distance_from_zero",),
    "pooled_forecast__wrong_whole_horizon_only": ("whole_horizons_only",),
    "pooled_forecast__wrong_first_origin_57_in_the_fourteenth": ("first_origin_missing",),
    "pooled_forecast__wrong_model_per_series_in_the_fourteenth": ("model_for_each_series",),
    "pooled_forecast__wrong_level_of_all_weekdays": ("base_of_all_weekdays",),
    "inverse_mse_weights__wrong_one_over": ("tiny_errors_overflow",),
    "inverse_mse_weights__wrong_epsilon_in_the_fourteenth": ("constant_added",),
    "inverse_mse_weights__wrong_isclose_is_perfect": ("small_errors_taken_for_none",),
    "inverse_mse_weights__wrong_first_perfect_takes_all_in_the_fourteenth": (
        "first_perfect_takes_all",
    ),
    "inverse_mse_weights__wrong_rmse_in_the_fourteenth": ("inverse_rmse",),
    "inverse_mse_weights__wrong_closed_is_zero_in_the_fourteenth": ("closed_day_sold_nothing",),
    "inverse_mse_weights__wrong_nan_kept": ("closed_day_spreads",),
    "pinball_loss__wrong_unsigned_in_the_fourteenth": ("differences_wrap_around",),
    "pinball_loss__wrong_closed_counted_in_the_fourteenth": ("closed_days_counted",),
    "pinball_loss__wrong_prices_swapped_in_the_fourteenth": ("prices_exchanged",),
    "pinball_loss__wrong_none_open_is_zero": ("zero_if_never_open",),
    "pinball_loss__wrong_sorted_quantiles_in_the_fourteenth": ("quantiles_sorted",),
    "pinball_loss__wrong_doubled_in_the_fourteenth": ("twice_the_loss",),
    "conformal_interval__wrong_not_rounded_in_the_fourteenth": ("rank_in_floats",),
    "conformal_interval__wrong_without_new": ("quantile_of_past_scores",),
    "conformal_interval__wrong_nan_counted": ("closed_days_in_the_count",),
    "conformal_interval__wrong_share_of_sales_in_the_fourteenth": ("share_of_the_truth",),
    "conformal_interval__wrong_floor_in_the_fourteenth": ("rank_rounded_down",),
    "conformal_interval__wrong_two_tails_in_the_fourteenth": ("half_of_the_rest_a_side",),
    "order_quantity__wrong_not_rounded_in_the_fourteenth": ("ratio_in_floats",),
    "order_quantity__wrong_rank_one_more": ("next_sample_up",),
    "order_quantity__wrong_interpolated_in_the_fourteenth": ("between_samples",),
    "order_quantity__wrong_inverted_cdf": ("ratio_in_floats",),
    "order_quantity__wrong_costs_swapped": ("costs_swapped",),
    "order_quantity__wrong_ratio_of_costs_in_the_fourteenth": ("ratio_of_costs",),
    "order_quantity__wrong_largest_of_equals_in_the_fourteenth": ("next_sample_up",),
    "order_quantity__wrong_float_costs_tie": ("costs_compared_exactly",),
    "order_quantity__wrong_distinct_samples_in_the_fourteenth": ("each_value_once",),
    "order_quantity__wrong_sorted_in_place_in_the_fourteenth": ("sorted_in_place",),
    "order_quantity__wrong_tiny_share_wraps": ("place_before_the_first",),
    "order_departments__wrong_baseline_in_the_fourteenth": ("quantile_of_all_days",),
    "order_departments__wrong_forecast_ordered_in_the_fourteenth": ("mean_of_four_weeks",),
}
