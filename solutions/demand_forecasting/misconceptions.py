"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import functools
import warnings

import numpy as np
from scipy import stats
from statsmodels.tsa.arima.model import ARIMA

from solutions.demand_forecasting import reference

# ---- break_backtest -------------------------------------------------------------------------

# Each back-test differs from the correct one by one decision, so that each is one mistake.


def _backtest(defect, y, p, n_test):
    late = 1 if defect == "target_a_day_late" else 0
    stride = p if defect == "rows_side_by_side" else 1
    rows = [(y[i : i + p], y[i + p + late]) for i in range(0, len(y) - p - late, stride)]
    training, test = rows[:-n_test], rows[-n_test:]
    place = 0 if defect == "first_day_for_last" else -1
    learned = rows if defect == "test_trained_on" else training
    rise = sum(target - row[place] for row, target in learned) / len(learned)
    judged = training if defect == "judged_on_training" else test
    errors = [target - (row[place] + rise) for row, target in judged]
    if defect == "errors_cancel":
        return abs(sum(errors) / len(errors))
    return sum(abs(error) for error in errors) / len(errors)


def correct(y, p, n_test):
    """The back-test without a defect, by the same steps as the flawed ones."""
    return _backtest(None, y, p, n_test)


def rows_side_by_side(y, p, n_test):
    """Rows do not overlap, so most of the data is thrown away."""
    return _backtest("rows_side_by_side", y, p, n_test)


def target_a_day_late(y, p, n_test):
    """The target is not the next day but the one after it."""
    return _backtest("target_a_day_late", y, p, n_test)


def test_trained_on(y, p, n_test):
    """The test days were learned from before they were forecast."""
    return _backtest("test_trained_on", y, p, n_test)


def judged_on_training(y, p, n_test):
    """The error is that of days that the model has seen."""
    return _backtest("judged_on_training", y, p, n_test)


def first_day_for_last(y, p, n_test):
    """The first day of the row takes the place of its last, in the rise and in the forecast."""
    return _backtest("first_day_for_last", y, p, n_test)


def errors_cancel(y, p, n_test):
    """A forecast that is too high on one day makes up for one that is too low on another."""
    return _backtest("errors_cancel", y, p, n_test)


FLAWED = {
    function.__name__: function
    for function in (
        rows_side_by_side,
        target_a_day_late,
        test_trained_on,
        judged_on_training,
        first_day_for_last,
        errors_cancel,
    )
}


def straight_line(defect):
    """If each day rises by the same, most back-tests agree. Vary the rises."""
    return list(range(16)), 2, 2


def straight_line__constant(defect):
    return [7] * 12, 2, 3


def windows_of_one_day(defect):
    """Two defects cannot be seen. With ``p = 1`` the first day of a row is its last, and rows side
    by side are all rows.
    """
    return [1, 2, 4, 3, 9, 5, 6, 20, 8, 10], 1, 2


def windows_of_one_day__all_others_seen(defect):
    return [3, 17, 8, 41, 12, 30, 5, 62, 20, 7], 1, 3


def errors_of_one_sign(defect):
    """The errors of the test have one sign, so none of them cancels another. One row of test has
    one error only.
    """
    return [3, 17, 8, 41, 12, 30, 5, 62, 20, 7, 55, 9], 2, 1


def nothing_to_train_on(defect):
    """One of the flawed back-tests has no row left to train on: rows side by side are few, and a
    later target costs a row. Take more days, or a smaller ``p`` or ``n_test``.
    """
    return [1, 2, 4, 3], 2, 2


def too_many_days(defect):
    """The first value is not a list of at most 20 days."""
    return [*range(30, 10, -1), 3, 9, 1], 2, 3


def days_out_of_range(defect):
    """Days are whole numbers from 0 to 99."""
    return [1, 2, 4, 3, 900, 5, 6, 20, 8, 10, 11, 7], 2, 2


def not_three_values(defect):
    """Return all three: the series, ``p`` and ``n_test``."""
    return [1, 2, 4, 3, 9, 5, 6, 20, 8, 10, 11, 7]


# ---- mase -----------------------------------------------------------------------------------

# The planted ones differ from the right one by one mistake each; `kill_mase` is judged on them.


def _numbers(*parts):
    return [np.asarray(part, dtype=float) for part in parts]


def _scaled(y_true, y_pred, y_train, m, scale=None, error=np.abs, average=np.mean):
    y_true, y_pred, y_train = _numbers(y_true, y_pred, y_train)
    if len(y_train) <= m:
        return float("nan")
    size = average(error(y_train[m:] - y_train[:-m])) if scale is None else scale
    return float(average(error(y_true - y_pred)) / size) if size > 0 else float("nan")


def scale_of_test(y_true, y_pred, y_train, m):
    """Your scale is taken from the test days. They have not happened yet, and there are few of
    them. Use the training series.
    """
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    scale = np.abs(np.diff(_numbers(y_true)[0])).mean() if len(y_true) > 1 else np.inf
    return _scaled(y_true, y_pred, y_train, m, scale)


def scale_of_test_by_season(y_true, y_pred, y_train, m):
    """Your scale is the seasonal naive error of the days that are forecast. They have not happened
    yet, and there may be fewer of them than a season has. Use the training series.
    """
    y_true = _numbers(y_true)[0]
    if len(y_true) <= m:
        return float("nan")
    return _scaled(y_true, y_pred, y_train, m, np.abs(y_true[m:] - y_true[:-m]).mean())


def scale_of_test_by_season__after_the_training_days(y_true, y_pred, y_train, m):
    y_true, y_pred, y_train = _numbers(y_true, y_pred, y_train)
    days = np.concatenate([y_train, y_true])
    scale = np.abs(days[m:] - days[:-m])[-len(y_true) :].mean()
    return _scaled(y_true, y_pred, y_train, m, scale)


def scale_of_one_day(y_true, y_pred, y_train, m):
    """Your scale compares with the day before. The season asks for the day ``m`` days before."""
    return _scaled(y_true, y_pred, y_train, 1)


def scale_of_one_day__unless_undefined(y_true, y_pred, y_train, m):
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return _scaled(y_true, y_pred, y_train, 1)


def squared_errors(y_true, y_pred, y_train, m):
    """You squared the errors. MASE takes the absolute value of each error."""
    return _scaled(y_true, y_pred, y_train, m, error=np.square)


def root_of_squares(y_true, y_pred, y_train, m):
    """That is a root mean squared error over another. MASE takes the absolute value of each
    error.
    """
    return float(np.sqrt(_scaled(y_true, y_pred, y_train, m, error=np.square)))


def signs_kept(y_true, y_pred, y_train, m):
    """You added the errors with their signs, so that too high and too low cancel."""
    y_true, y_pred = _numbers(y_true, y_pred)
    scale = _scaled(1.0, 0.0, y_train, m)
    return float(abs(np.mean(y_true - y_pred)) * scale)


def divided_by_level(y_true, y_pred, y_train, m):
    """You divided the errors by the level of the series. The level does not say how hard the series
    is to forecast.
    """
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return _scaled(y_true, y_pred, y_train, m, np.mean(y_train))


def scale_over_all_days(y_true, y_pred, y_train, m):
    """Your scale is divided by all training days. The first ``m`` have no day to compare with, so
    there are fewer differences than days.
    """
    n = len(y_train)
    return reference.mase(y_true, y_pred, y_train, m) * (n / (n - m) if n > m else 1.0)


def scale_of_last_season(y_true, y_pred, y_train, m):
    """Your scale compares the last season with the one before it. All training days must count."""
    if len(y_train) <= m:
        return float("nan")
    return reference.mase(y_true, y_pred, np.asarray(y_train)[-2 * m :], m)


def differences_m_times(y_true, y_pred, y_train, m):
    """``np.diff(y, m)`` takes differences of neighbours, ``m`` times over. The season asks for one
    difference between days that are ``m`` days apart.
    """
    y_train = _numbers(y_train)[0]
    if len(y_train) <= m:
        return float("nan")
    return _scaled(y_true, y_pred, y_train, m, np.abs(np.diff(y_train, m)).mean())


def differences_m_times__unless_undefined(y_true, y_pred, y_train, m):
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return differences_m_times(y_true, y_pred, y_train, m)


def days_in_a_circle(y_true, y_pred, y_train, m):
    """You compared the first ``m`` days of training with the last ``m``, as if the series were a
    circle. They have no day to be compared with.
    """
    y_train = _numbers(y_train)[0]
    scale = np.abs(y_train - np.roll(y_train, m)).mean()
    error = np.abs(np.subtract(*_numbers(y_true, y_pred))).mean()
    return float(error / scale) if scale > 0 else float("nan")


def days_in_a_circle__unless_undefined(y_true, y_pred, y_train, m):
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return days_in_a_circle(y_true, y_pred, y_train, m)


def days_in_a_circle__unless_short(y_true, y_pred, y_train, m):
    if len(y_train) <= m:
        return float("nan")
    return days_in_a_circle(y_true, y_pred, y_train, m)


def infinite_without_scale(y_true, y_pred, y_train, m):
    """In your answer an error over a scale of 0 comes out infinite. Where there is no scale the
    value must be NaN.
    """
    y_true, y_pred, y_train = _numbers(y_true, y_pred, y_train)
    if len(y_train) <= m:
        return float("nan")
    with np.errstate(all="ignore"):
        return float(np.abs(y_true - y_pred).mean() / np.abs(y_train[m:] - y_train[:-m]).mean())


def infinite_without_scale__always(y_true, y_pred, y_train, m):
    value = reference.mase(y_true, y_pred, y_train, m)
    return float("inf") if np.isnan(value) else value


def infinite_without_scale__but_for_short_series(y_true, y_pred, y_train, m):
    value = reference.mase(y_true, y_pred, y_train, m)
    return float("inf") if np.isnan(value) and len(y_train) > m else value


def zero_for_no_scale(y_true, y_pred, y_train, m):
    """Where there is no scale your result is 0, the best score there is. Nothing can be said: the
    result must be NaN.
    """
    value = reference.mase(y_true, y_pred, y_train, m)
    return 0.0 if np.isnan(value) else value


def zero_for_no_scale__unless_short(y_true, y_pred, y_train, m):
    value = reference.mase(y_true, y_pred, y_train, m)
    return 0.0 if np.isnan(value) and len(y_train) > m else value


def zero_for_no_scale__only_if_short(y_true, y_pred, y_train, m):
    return 0.0 if len(y_train) <= m else reference.mase(y_true, y_pred, y_train, m)


def medians(y_true, y_pred, y_train, m):
    """Those are medians. The M of MASE is a mean."""
    return _scaled(y_true, y_pred, y_train, m, average=np.median)


PLANTED_MASE = {
    function.__name__: function
    for function in (
        scale_of_test,
        scale_of_one_day,
        squared_errors,
        root_of_squares,
        signs_kept,
        divided_by_level,
        scale_over_all_days,
        scale_of_last_season,
        zero_for_no_scale,
        infinite_without_scale,
        differences_m_times,
        medians,
    )
}


def narrow_types_wrap(y_true, y_pred, y_train, m):
    """You subtracted the numbers in their own type. A difference of two narrow integers wraps
    around where it is below 0 or too large.
    """
    y_true, y_pred, y_train = (np.asarray(part) for part in (y_true, y_pred, y_train))
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return float(np.abs(y_true - y_pred).mean() / np.abs(y_train[m:] - y_train[:-m]).mean())


def narrow_types_wrap__in_the_scale(y_true, y_pred, y_train, m):
    y_true, y_pred = _numbers(y_true, y_pred)
    return narrow_types_wrap(y_true, y_pred, y_train, m)


def narrow_types_wrap__in_the_errors(y_true, y_pred, y_train, m):
    (y_train,) = _numbers(y_train)
    return narrow_types_wrap(y_true, y_pred, y_train, m)


def narrow_types_wrap__by_diff(y_true, y_pred, y_train, m):
    y_true, y_pred, y_train = (np.asarray(part) for part in (y_true, y_pred, y_train))
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    steps = np.asarray([abs(b - a) for a, b in zip(y_train, y_train[m:], strict=False)], float)
    errors = np.asarray([abs(a - b) for a, b in zip(y_true, y_pred, strict=True)], float)
    return float(errors.mean() / steps.mean())


def errors_added_up(y_true, y_pred, y_train, m):
    """You added up the errors of the forecast. MASE takes their mean."""
    return len(y_true) * reference.mase(y_true, y_pred, y_train, m)


def error_without_scale(y_true, y_pred, y_train, m):
    """That is the mean absolute error itself. Divide it by the scale."""
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return float(np.abs(np.subtract(*_numbers(y_true, y_pred))).mean())


def turned_upside_down(y_true, y_pred, y_train, m):
    """You divided the scale by the error. A smaller error must give a smaller value."""
    value = reference.mase(y_true, y_pred, y_train, m)
    return 1 / value if value else float("inf")


def scale_of_all_days(y_true, y_pred, y_train, m):
    """The days that are forecast are part of your scale. It must be that of the training series
    alone.
    """
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return reference.mase(y_true, y_pred, np.concatenate(_numbers(y_train, y_true)), m)


def error_where_nothing_is_defined(y_true, y_pred, y_train, m):
    """Your answer stops with an error where there is no scale. There the value must be NaN."""
    if len(y_train) <= m:
        raise ValueError
    return reference.mase(y_true, y_pred, y_train, m)


def error_where_nothing_is_defined__always(y_true, y_pred, y_train, m):
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        raise ValueError
    return reference.mase(y_true, y_pred, y_train, m)


def error_where_nothing_is_defined__of_division(y_true, y_pred, y_train, m):
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        raise ZeroDivisionError
    return reference.mase(y_true, y_pred, y_train, m)


def error_where_nothing_is_defined__of_short_division(y_true, y_pred, y_train, m):
    if len(y_train) <= m:
        raise ZeroDivisionError
    return reference.mase(y_true, y_pred, y_train, m)


def error_where_nothing_is_defined__of_zero_division(y_true, y_pred, y_train, m):
    value = reference.mase(y_true, y_pred, y_train, m)
    if np.isnan(value) and len(y_train) > m:
        raise ZeroDivisionError
    return value


# ---- kill_mase ------------------------------------------------------------------------------


def accepts_everything(fn):
    """Your test accepts every implementation that it is tried on, right or wrong. Compare with
    values that you worked out by hand.
    """
    return True


def rejects_everything(fn):
    """Your test rejects right answers too. Right answers may differ in the last digits, and what is
    undefined is NaN.
    """
    return False


def seasons_of_one_day(fn):
    """With ``m = 1`` alone nobody notices that the season is ignored."""
    y_train = np.array([1.0, 5.0, 2.0, 9.0])
    return bool(
        np.isclose(fn(np.array([7.0, 9.0]), np.array([8.0, 6.0]), y_train, 1), 2 / (14 / 3))
    )


def seasons_of_one_day__and_undefined(fn):
    return seasons_of_one_day(fn) and only_undefined_case(fn)


def seasons_of_one_day__many_cases(fn):
    for seed in range(5):
        rng = np.random.default_rng(seed)
        y_true, y_pred, y_train = rng.random(6), rng.random(6), rng.random(9)
        if not np.isclose(
            fn(y_true, y_pred, y_train, 1), reference.mase(y_true, y_pred, y_train, 1)
        ):
            return False
    return bool(np.isnan(fn(np.ones(2), np.zeros(2), np.ones(9), 1)))


def no_undefined_case(fn):
    """Your test accepts implementations that do not return NaN where there is no scale. A training
    series that repeats itself exactly has none: try one. A comparison with NaN is never true.
    """
    for seed in range(9):
        rng = np.random.default_rng(seed)
        y_true, y_pred, y_train = rng.random(6), rng.random(6), rng.random(30)
        m = 1 + seed
        if not np.isclose(
            fn(y_true, y_pred, y_train, m), reference.mase(y_true, y_pred, y_train, m)
        ):
            return False
    return True


def errors_all_alike(fn):
    """If all errors are equal and of one sign, a mean with signs and a mean without agree."""
    y_train = np.array([1.0, 5.0, 2.0, 9.0, 4.0])
    y_true = np.array([10.0, 20.0, 40.0])
    return bool(np.isclose(fn(y_true, y_true - 2, y_train, 2), 6 / 7))


def errors_all_alike__and_steps(fn):
    y_true, y_train = np.array([10.0, 20.0, 40.0]), np.array([1.0, 5.0, 4.0, 8.0, 7.0, 11.0])
    right = np.isclose(fn(y_true, y_true + 2, y_train, 2), 2 / 3)
    return bool(right and np.isnan(fn(np.ones(2), np.zeros(2), np.ones(9), 3)))


def one_day_of_forecast(fn):
    """A forecast of one day has one error. Its mean is its median, and no sign can cancel."""
    return bool(
        np.isclose(fn(np.array([9.0]), np.array([5.0]), np.array([1.0, 5, 3, 6]), 1), 4 / 3)
    )


def only_undefined_case(fn):
    """That NaN comes out without a scale is one case of many. Check a value too."""
    return bool(np.isnan(fn(np.ones(2), np.zeros(2), np.ones(9), 3)))


def rejects_everything__compares_with_nan(fn):
    y_train = np.array([1.0, 5.0, 2.0, 9.0, 4.0])
    value = fn(np.array([10.0, 20.0, 40.0]), np.array([12.0, 17.0, 40.0]), y_train, 2)
    return np.isclose(value, 5 / 7) and fn(np.ones(2), np.zeros(2), np.ones(9), 3) == np.nan


# ---- ar_forecast ----------------------------------------------------------------------------


def _weights(y, p, intercept=True, last=None):
    y = np.asarray(y, dtype=float)[:last]
    rows = np.array([[1.0 * intercept, *y[t - p : t][::-1]] for t in range(p, len(y))])
    return np.linalg.lstsq(rows, y[p:], rcond=None)[0]


def _recursive(weights, y, p, h):
    days = [float(day) for day in y]
    for _ in range(h):
        days.append(float(weights @ [1.0, *days[-p:][::-1]]))
    return np.array(days[-h:])


def no_intercept(y, p, h):
    """Your model has no intercept. So it has to pass through 0, which makes its weights wrong."""
    return _recursive(_weights(y, p, intercept=False), y, p, h)


def last_day_for_later_ones(y, p, h):
    """From the second day on you put the last known day where the forecast of the day before
    belongs. A later day is forecast from the forecasts before it.
    """
    y = np.asarray(y, dtype=float)
    weights, days = _weights(y, p), [*y]
    forecasts = []
    for _ in range(h):
        forecasts.append(float(weights @ [1.0, *days[-p:][::-1]]))
        days.append(y[-1])
    return np.array(forecasts)


def weights_turned_round(y, p, h):
    """Your weights and days are in opposite orders: yesterday's weight meets the oldest day."""
    weights = _weights(y, p)
    return _recursive(np.append(weights[0], weights[:0:-1]), y, p, h)


def first_step_repeated(y, p, h):
    """In your answer every day is the first day's forecast. Use each forecast to make the next
    one.
    """
    return np.repeat(reference.ar_forecast(y, p, 1), h)


def last_day_left_out(y, p, h):
    """The last day was not learned from. It has ``p`` days before it like the others."""
    return _recursive(_weights(y, p, last=-1), y, p, h)


def model_for_each_day(y, p, h):
    """In your answer each day ahead has weights of its own. That is the direct way. Here one model
    forecasts a day from the days before it, and forecasts take the place of days.
    """
    y, said = np.asarray(y, dtype=float), []
    for step in range(1, h + 1):
        rows = [
            [1.0, *y[t - step - p + 1 : t - step + 1][::-1]] for t in range(p + step - 1, len(y))
        ]
        weights = np.linalg.lstsq(np.array(rows), y[p + step - 1 :], rcond=None)[0]
        said.append(weights @ [1.0, *y[-p:][::-1]])
    return np.array(said)


def intercept_is_the_mean(y, p, h):
    """The mean of the series was used as the intercept. Fit the intercept together with the
    weights: it must be the one with the least sum of squared errors.
    """
    weights = _weights(y, p)
    return _recursive(np.append(np.mean(np.asarray(y, dtype=float)), weights[1:]), y, p, h)


def history_in_front(y, p, h):
    """The history is in front of your forecast. Return the forecast days alone."""
    return np.concatenate([np.asarray(y, dtype=float), reference.ar_forecast(y, p, h)])


def forecasts_cut_off(y, p, h):
    """Your forecasts are kept in the type of the series. In whole numbers they are cut off."""
    y = np.asarray(y)
    weights, days = _weights(y, p), np.append(y, np.zeros(h, dtype=y.dtype))
    for t in range(len(y), len(y) + h):
        days[t] = weights @ [1.0, *days[t - p : t][::-1].astype(float)]
    return days[-h:].astype(float)


def forecasts_cut_off__at_each_step(y, p, h):
    if np.asarray(y).dtype.kind == "f":
        return reference.ar_forecast(y, p, h)
    weights, days = _weights(y, p), [int(day) for day in y]
    for _ in range(h):
        days.append(int(weights @ [1.0, *days[-p:][::-1]]))
    return np.array(days[-h:], dtype=float)


def mean_taken_away(y, p, h):
    """The mean of the series was taken away in place of an intercept. The two agree only in long
    series: the days that are explained have another mean than all days.
    """
    y = np.asarray(y, dtype=float)
    return y.mean() + _recursive(_weights(y - y.mean(), p, intercept=False), y - y.mean(), p, h)


def another_estimate(y, p, h):
    """These weights come from a likelihood or from autocorrelations. Least squares over the rows
    gives others in a short series.
    """
    with warnings.catch_warnings(action="ignore"):
        return np.asarray(ARIMA(np.asarray(y, dtype=float), order=(p, 0, 0)).fit().forecast(h))


def another_estimate__of_autocorrelations(y, p, h):
    y = np.asarray(y, dtype=float)
    z = y - y.mean()
    r = np.array([z[k:] @ z[: len(z) - k] for k in range(p + 1)]) / len(z)
    gaps = np.abs(np.subtract.outer(np.arange(p), np.arange(p)))
    return y.mean() + _recursive(np.append(0.0, np.linalg.solve(r[gaps], r[1:])), z, p, h)


def mean_for_coming_days(y, p, h):
    """You put the mean of the series, or 0, in the place of days that have not come yet. Put their
    forecasts there.
    """
    weights, days = _weights(y, p), [float(day) for day in y]
    mean, said = np.mean(days), []
    for _ in range(h):
        said.append(weights @ [1.0, *days[-p:][::-1]])
        days.append(float(mean))
    return np.array(said)


def mean_for_coming_days__zero(y, p, h):
    weights, days, said = _weights(y, p), [float(day) for day in y], []
    for _ in range(h):
        said.append(weights @ [1.0, *days[-p:][::-1]])
        days.append(0.0)
    return np.array(said)


def one_of_the_days(y, p, h):
    """Your model looks at one day, the one ``p`` days before. It must have a weight for each of the
    ``p`` days before.
    """
    y = np.asarray(y, dtype=float)
    rows = np.column_stack([np.ones(len(y) - p), y[:-p]])
    start, slope = np.linalg.lstsq(rows, y[p:], rcond=None)[0]
    days = [float(day) for day in y]
    for _ in range(h):
        days.append(start + slope * days[-p])
    return np.array(days[-h:])


def a_day_early(y, p, h):
    """The first forecast is of the last day that is known. It should be of the day after it."""
    return _recursive(_weights(y, p), y[:-1], p, h)


def a_day_early__by_the_forecast(y, p, h):
    y = np.asarray(y, dtype=float)
    first = _recursive(_weights(y, p), y[:-1], p, 1)
    return np.append(first, reference.ar_forecast(y, p, h))[:h]


def intercept_not_added(y, p, h):
    """The model was fitted with an intercept and used without it."""
    weights = _weights(y, p)
    return _recursive(np.append(0.0, weights[1:]), y, p, h)


def first_row_left_out(y, p, h):
    """The first row was not learned from. Day number ``p``, counted from 0, has ``p`` days before
    it.
    """
    y = np.asarray(y, dtype=float)
    return _recursive(_weights(y[1:], p), y, p, h)


def days_before_the_first(y, p, h):
    """The first ``p`` days were learned from too, with 0 for the days that they lack. Only days
    with ``p`` days before them make a row.
    """
    y = np.asarray(y, dtype=float)
    padded = np.append(np.zeros(p), y)
    rows = np.array([[1.0, *padded[t : t + p][::-1]] for t in range(len(y))])
    return _recursive(np.linalg.lstsq(rows, y, rcond=None)[0], y, p, h)


def days_before_the_first__in_a_circle(y, p, h):
    y = np.asarray(y, dtype=float)
    rows = np.column_stack([np.ones(len(y)), *(np.roll(y, k) for k in range(1, p + 1))])
    return _recursive(np.linalg.lstsq(rows, y, rcond=None)[0], y, p, h)


def nothing_below_zero(y, p, h):
    """Forecasts below 0 were cut off. The series may be one of logarithms or of changes."""
    return np.maximum(reference.ar_forecast(y, p, h), 0)


# ---- holt_winters ---------------------------------------------------------------------------


def _smooth(y, m, alpha, gamma, step):
    """Level and season at the end, each day's step being ``step(day, level, seasonal value)``."""
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        level, season[t % m] = step(y[t], level, season[t % m])
    return level, season


def _repeated(state, y, m, h):
    level, season = state
    return level + season[(len(y) + np.arange(h)) % m]


def season_from_new_level(y, m, alpha, gamma, h):
    """The season was updated with the *new* level. The contract takes the old one: the new level
    has already learned from this day.
    """

    def step(day, level, seasonal):
        new = alpha * (day - seasonal) + (1 - alpha) * level
        return new, gamma * (day - new) + (1 - gamma) * seasonal

    return _repeated(_smooth(y, m, alpha, gamma, step), y, m, h)


def level_from_new_season(y, m, alpha, gamma, h):
    """The level was updated with the *new* seasonal value. It must take the old one, which has not
    learned from this day.
    """

    def step(day, level, seasonal):
        new = gamma * (day - level) + (1 - gamma) * seasonal
        return alpha * (day - new) + (1 - alpha) * level, new

    return _repeated(_smooth(y, m, alpha, gamma, step), y, m, h)


def weights_in_each_others_place(y, m, alpha, gamma, h):
    """``alpha`` and ``gamma`` stand in each other's place. ``alpha`` is for the level."""
    return reference.holt_winters(y, m, gamma, alpha, h)


def weights_exchanged(y, m, alpha, gamma, h):
    """``alpha`` and ``gamma`` weigh the old value in your answer. They say how much the *new* day
    counts.
    """
    return reference.holt_winters(y, m, 1 - alpha, 1 - gamma, h)


def season_never_changes(y, m, alpha, gamma, h):
    """Your season stays as it was in the first season. Update it with each day, like the level."""
    return reference.holt_winters(y, m, alpha, 0.0, h)


def season_starts_at_zero(y, m, alpha, gamma, h):
    """Your season starts as 0. It must start as the first ``m`` days less the level."""
    y = np.asarray(y, dtype=float)
    level, season = y[:m].mean(), np.zeros(m)
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return _repeated((level, season), y, m, h)


def season_starts_at_zero__from_day_0(y, m, alpha, gamma, h):
    y = np.asarray(y, dtype=float)
    level, season = y[:m].mean(), np.zeros(m)
    for t in range(len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return _repeated((level, season), y, m, h)


def level_alone(y, m, alpha, gamma, h):
    """Your forecast is the level alone. Add the seasonal value of the day."""
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return np.full(h, level)


def two_starting_levels(y, m, alpha, gamma, h):
    """Your level starts as one number, and another number was subtracted to start the season. Start
    the level as the mean of the first ``m`` days, and subtract this number from each of them.
    """
    y = np.asarray(y, dtype=float)
    level, season = y[0], y[:m] - y[:m].mean()
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return _repeated((level, season), y, m, h)


def two_starting_levels__the_mean_of_all(y, m, alpha, gamma, h):
    y = np.asarray(y, dtype=float)
    level, season = y.mean(), y[:m] - y[:m].mean()
    for t in range(m, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return _repeated((level, season), y, m, h)


def season_off_by_a_day(y, m, alpha, gamma, h):
    """Your forecast takes the seasonal value of the day before or after. Its first day must be the
    day that follows the last day of ``y``.
    """
    return reference.holt_winters(y, m, alpha, gamma, h + 1)[1:]


def season_off_by_a_day__late(y, m, alpha, gamma, h):
    forecast = reference.holt_winters(y, m, alpha, gamma, max(h, m))
    return np.append(forecast[m - 1], forecast)[:h]


def last_day_not_learned(y, m, alpha, gamma, h):
    """In your answer the last day of ``y`` changes neither the level nor the season. Learn from it
    too.
    """
    forecast = reference.holt_winters(np.asarray(y)[:-1], m, alpha, gamma, h + 1)
    return forecast[1:] if len(y) > m else reference.holt_winters(y, m, alpha, gamma, h)


def first_day_not_learned(y, m, alpha, gamma, h):
    """The first day after the first season was left out. Learning starts with day number ``m``,
    counted from 0.
    """
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m + 1, len(y)):
        old = level
        level = alpha * (y[t] - season[t % m]) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return _repeated((level, season), y, m, h)


def season_cut_off(y, m, alpha, gamma, h):
    """Your season is kept in whole numbers, so each seasonal value is cut off."""
    y = np.asarray(y)
    level = y[:m].mean()
    season = (y[:m] - level).astype(y.dtype)
    for t in range(m, len(y)):
        old, seasonal = level, float(season[t % m])
        level = alpha * (y[t] - seasonal) + (1 - alpha) * old
        season[t % m] = int(gamma * (y[t] - old) + (1 - gamma) * seasonal)
    return _repeated((level, season.astype(float)), y, m, h)


def season_cut_off__if_the_days_are_whole(y, m, alpha, gamma, h):
    if np.asarray(y).dtype.kind == "f":
        return reference.holt_winters(y, m, alpha, gamma, h)
    return season_cut_off(y, m, alpha, gamma, h)


def season_cut_off__in_the_type_of_the_days(y, m, alpha, gamma, h):
    y = np.asarray(y)
    level = y[:m].mean()
    season = (y[:m] - level).astype(y.dtype)
    for t in range(m, len(y)):
        old, seasonal = level, season[t % m]
        level = alpha * (y[t] - seasonal) + (1 - alpha) * old
        season[t % m] = gamma * (y[t] - old) + (1 - gamma) * seasonal
    return _repeated((level, season.astype(float)), y, m, h)


def first_days_overwritten(y, m, alpha, gamma, h):
    """You wrote the season into the first days of the caller's ``y``. Work on a copy."""
    forecast = reference.holt_winters(y, m, alpha, gamma, h)
    if y.dtype.kind == "f":
        level = y[:m].mean()
        season = y[:m]
        season -= level
        for t in range(m, len(y)):
            old = level
            level = alpha * (y[t] - season[t % m]) + (1 - alpha) * old
            season[t % m] = gamma * (y[t] - old) + (1 - gamma) * season[t % m]
    return forecast


def first_season_forecast(y, m, alpha, gamma, h):
    """Your level and season are those of the first season. Let each later day change them."""
    return _repeated(_smooth(np.asarray(y)[:m], m, alpha, gamma, None), y, m, h)


def last_day_beyond_a_season(y, m, alpha, gamma, h):
    """Beyond one season you repeated the last value. Repeat the whole season."""
    forecast = reference.holt_winters(y, m, alpha, gamma, min(h, m))
    return np.append(forecast, np.repeat(forecast[-1:], h - len(forecast)))


def level_keeps_its_season(y, m, alpha, gamma, h):
    """Your level learns from the day as it is. Take the seasonal value of the day away first."""

    def step(day, level, seasonal):
        return (
            alpha * day + (1 - alpha) * level,
            gamma * (day - level) + (1 - gamma) * seasonal,
        )

    return _repeated(_smooth(y, m, alpha, gamma, step), y, m, h)


def season_starts_again(y, m, alpha, gamma, h):
    """Your forecast starts with the first day of the season. It must start with the day of the
    season that follows the last day of ``y``.
    """
    y = np.asarray(y, dtype=float)
    rest = len(y) % m
    return np.resize(np.roll(reference.holt_winters(y, m, alpha, gamma, m), rest), h)


def season_turned_into_factors(y, m, alpha, gamma, h):
    """Your season multiplies the level. It must be added."""
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] / level
    for t in range(m, len(y)):
        old = level
        level = alpha * y[t] / season[t % m] + (1 - alpha) * old
        season[t % m] = gamma * y[t] / old + (1 - gamma) * season[t % m]
    return level * season[(len(y) + np.arange(h)) % m]


# ---- rolling_origin -------------------------------------------------------------------------


def _rolled(y, fit_predict, start, h, step, known=None, error=None, stop=None):
    """The right back-test, with one decision changed."""
    truth = np.asarray(y, dtype=float)
    known = known or (lambda o: y[:o])
    error = error or (lambda missed: np.abs(missed).mean())
    rows = []
    for o in range(start, len(y) - h + 1 if stop is None else stop, step):
        said = np.asarray(fit_predict(known(o), h), dtype=float)
        rows.append((o, float(error(truth[o : o + h] - said[: len(y) - o]))))
    return rows


def whole_series_shown(y, fit_predict, start, h, step):
    """You gave the forecaster the whole series, the days to forecast included."""
    return _rolled(y, fit_predict, start, h, step, lambda o: y)


def first_target_shown(y, fit_predict, start, h, step):
    """You gave the forecaster the first day that it is to forecast."""
    return _rolled(y, fit_predict, start, h, step, lambda o: y[: o + 1])


def last_known_day_hidden(y, fit_predict, start, h, step):
    """You did not give the forecaster the day before the origin, which is known."""
    return _rolled(y, fit_predict, start, h, step, lambda o: y[: o - 1])


def sliding_window(y, fit_predict, start, h, step):
    """You gave the forecaster the last ``start`` days only. It may use all days before the
    origin.
    """
    return _rolled(y, fit_predict, start, h, step, lambda o: y[o - start : o])


def last_origin_missing(y, fit_predict, start, h, step):
    """Your last origin is missing: ``h`` days remain from ``len(y) - h`` on."""
    return reference.rolling_origin(y[:-1], fit_predict, start, h, step)


def last_origin_missing__always(y, fit_predict, start, h, step):
    return reference.rolling_origin(y, fit_predict, start, h, step)[:-1]


def incomplete_origin_kept(y, fit_predict, start, h, step):
    """Your last origins have fewer than ``h`` days left, so their errors cannot be compared."""
    return _rolled(y, fit_predict, start, h, step, stop=len(y))


def incomplete_origin_kept__one_day_short(y, fit_predict, start, h, step):
    return _rolled(y, fit_predict, start, h, step, stop=len(y) - h + 2 if h > 1 else None)


def fitted_once(y, fit_predict, start, h, step):
    """In your answer every origin has the same forecast, made from the days before the first. Give
    each origin all days before it.
    """
    return _rolled(y, fit_predict, start, h, step, lambda o: y[:start])


def step_ignored(y, fit_predict, start, h, step):
    """Your origins are not ``step`` days apart. ``h`` is how many days are forecast at each."""
    return reference.rolling_origin(y, fit_predict, start, h, h)


def step_ignored__every_day(y, fit_predict, start, h, step):
    return reference.rolling_origin(y, fit_predict, start, h, 1)


def first_day_alone(y, fit_predict, start, h, step):
    """You judged one of the ``h`` days. The error must be the mean over all of them."""
    return _rolled(y, fit_predict, start, h, step, error=lambda missed: abs(missed[0]))


def first_day_alone__the_last(y, fit_predict, start, h, step):
    return _rolled(y, fit_predict, start, h, step, error=lambda missed: abs(missed[-1]))


def errors_with_their_signs(y, fit_predict, start, h, step):
    """You averaged the errors with their signs, so that too high and too low cancel."""
    return _rolled(y, fit_predict, start, h, step, error=lambda missed: abs(missed.mean()))


def errors_with_their_signs__kept(y, fit_predict, start, h, step):
    return _rolled(y, fit_predict, start, h, step, error=np.mean)


def errors_with_their_signs__turned(y, fit_predict, start, h, step):
    return _rolled(y, fit_predict, start, h, step, error=lambda missed: -missed.mean())


def errors_summed(y, fit_predict, start, h, step):
    """You added up the errors of the ``h`` days. Take their mean."""
    return _rolled(y, fit_predict, start, h, step, error=lambda missed: np.abs(missed).sum())


def errors_squared(y, fit_predict, start, h, step):
    """You squared the errors. Take the absolute value of each."""
    return _rolled(y, fit_predict, start, h, step, error=lambda missed: (missed**2).mean())


def errors_squared__and_the_root(y, fit_predict, start, h, step):
    def error(missed):
        return np.sqrt((missed**2).mean())

    return _rolled(y, fit_predict, start, h, step, error=error)


def median_of_errors(y, fit_predict, start, h, step):
    """That is the median of the absolute errors. Take their mean."""
    return _rolled(y, fit_predict, start, h, step, error=lambda missed: np.median(np.abs(missed)))


def origins_not_told(y, fit_predict, start, h, step):
    """Your errors come without their origins. Return a pair for each: the origin, and its error."""
    return [error for _, error in reference.rolling_origin(y, fit_predict, start, h, step)]


def origins_not_told__counted(y, fit_predict, start, h, step):
    errors = reference.rolling_origin(y, fit_predict, start, h, step)
    return [(place, error) for place, (_, error) in enumerate(errors)]


def one_mean_of_all(y, fit_predict, start, h, step):
    """That is one error for all origins. Return a pair for each origin."""
    errors = origins_not_told(y, fit_predict, start, h, step)
    return float(np.mean(errors)) if errors else float("nan")


def errors_wrap_around(y, fit_predict, start, h, step):
    """The forecast is subtracted from the days in their own type. A difference of two narrow
    integers wraps around where it is below 0.
    """
    return [
        (o, float(np.abs(y[o : o + h] - np.asarray(fit_predict(y[:o], h))).mean()))
        for o in range(start, len(y) - h + 1, step)
    ]


def forecast_is_an_array(y, fit_predict, start, h, step):
    """Your answer stops where the forecaster returns a list. A forecast may be any sequence."""

    def arrays_only(history, h):
        forecast = fit_predict(history, h)
        if isinstance(forecast, list):
            raise AttributeError
        return forecast

    return reference.rolling_origin(y, arrays_only, start, h, step)


def forecast_is_an_array__of_numbers(y, fit_predict, start, h, step):
    def arrays_only(history, h):
        forecast = fit_predict(history, h)
        if isinstance(forecast, list):
            raise TypeError
        return forecast

    return reference.rolling_origin(y, arrays_only, start, h, step)


# ---- back_transform -------------------------------------------------------------------------


def always_the_median(mu, sd, loss):
    """``exp`` of the mean of a logarithm is the *median* of sales. It is right for the absolute
    error. The other losses ask for other numbers.
    """
    return np.exp(mu)


def always_the_mean(mu, sd, loss):
    """That is the mean of sales, whatever the loss. The absolute error asks for another number,
    because sales are skewed.
    """
    return reference.back_transform(mu, sd, "squared")


def q_not_used(mu, sd, loss):
    """For a number ``q`` you returned the median or the mean, whatever ``q`` is. Each ``q`` asks
    for a quantile of its own.
    """
    if isinstance(loss, str):
        return reference.back_transform(mu, sd, loss)
    return np.exp(mu)


def q_not_used__or_the_mean(mu, sd, loss):
    return reference.back_transform(mu, sd, loss if isinstance(loss, str) else "squared")


def quantile_turned_round(mu, sd, loss):
    """That is the quantile ``1 - q``. With a high ``q`` it is expensive to forecast too *little*,
    so the forecast must be high.
    """
    if isinstance(loss, str):
        return reference.back_transform(mu, sd, loss)
    return reference.back_transform(mu, sd, 1 - loss)


def quantile_of_two_sides(mu, sd, loss):
    """That is the quantile ``(1 + q) / 2``, the upper end of an interval that holds the share
    ``q``. Here one side alone has a price of ``q``.
    """
    if isinstance(loss, str):
        return reference.back_transform(mu, sd, loss)
    return reference.back_transform(mu, sd, (1 + loss) / 2)


def nan_without_spread(mu, sd, loss):
    """Where the standard deviation is 0 your forecast is NaN. Such a day is certain."""
    forecast = reference.back_transform(mu, sd, loss)
    return forecast if isinstance(loss, str) else np.where(np.asarray(sd) > 0, forecast, np.nan)


def nan_without_spread__for_each_loss(mu, sd, loss):
    return np.where(np.asarray(sd) > 0, reference.back_transform(mu, sd, loss), np.nan)


def mu_overwritten(mu, sd, loss):
    """The caller's ``mu`` was changed in place. Compute a new array."""
    forecast = reference.back_transform(mu, sd, loss)
    if loss != "absolute":
        mu[:] = np.log(forecast)
    return forecast


def mu_overwritten__by_the_shift(mu, sd, loss):
    if loss == "squared":
        mu += sd**2 / 2
    elif loss != "absolute":
        mu += stats.norm.ppf(loss) * sd
    return np.exp(mu)


def mean_spread_for_all(mu, sd, loss):
    """One standard deviation was used for all days, their mean. Each day has its own."""
    return reference.back_transform(mu, np.full(len(mu), np.mean(sd)), loss)


def variance_for_deviation(mu, sd, loss):
    """``sd`` was taken for a variance. It is a standard deviation, which is squared for the mean
    and is used as it is for a quantile.
    """
    return reference.back_transform(mu, np.sqrt(sd), loss)


def variance_for_deviation__in_the_quantile(mu, sd, loss):
    if isinstance(loss, str):
        return reference.back_transform(mu, sd, loss)
    return reference.back_transform(mu, np.square(sd), loss)


def still_logarithms(mu, sd, loss):
    """Your forecast is a logarithm. Return it in the unit of sales."""
    return np.log(reference.back_transform(mu, sd, loss))


def losses_exchanged(mu, sd, loss):
    """The absolute and the squared error are exchanged. Which of the two does the mean make
    least?
    """
    other = {"absolute": "squared", "squared": "absolute"}.get(loss, loss)
    return reference.back_transform(mu, sd, other)


def deviation_for_variance(mu, sd, loss):
    """Half of the standard deviation was added. The mean of a lognormal distribution takes half of
    the *variance*.
    """
    if loss == "squared":
        return np.exp(np.asarray(mu) + np.asarray(sd) / 2)
    return reference.back_transform(mu, sd, loss)


def variance_not_halved(mu, sd, loss):
    """The whole variance was added. That is too much: half of it makes the mean."""
    if loss == "squared":
        return np.exp(np.asarray(mu) + np.asarray(sd) ** 2)
    return reference.back_transform(mu, sd, loss)


def first_spread_for_all(mu, sd, loss):
    """The standard deviation of the first day was used for all days. Each day has its own."""
    return reference.back_transform(mu, np.full(len(mu), np.asarray(sd)[0]), loss)


def quantile_around_the_mean(mu, sd, loss):
    """The quantile was counted from the mean of sales. On the scale of logarithms it is counted
    from ``mu``.
    """
    if isinstance(loss, str):
        return reference.back_transform(mu, sd, loss)
    mean = np.asarray(mu) + np.asarray(sd) ** 2 / 2
    return np.exp(mean + stats.norm.ppf(loss) * np.asarray(sd))


def quantile_of_sales_by_share(mu, sd, loss):
    """The quantile was taken from a normal distribution of *sales*. The logarithm is normal, and
    sales are skewed.
    """
    if isinstance(loss, str):
        return reference.back_transform(mu, sd, loss)
    mu, sd = np.asarray(mu, dtype=float), np.asarray(sd, dtype=float)
    mean = np.exp(mu + sd**2 / 2)
    return mean + stats.norm.ppf(loss) * mean * np.sqrt(np.exp(sd**2) - 1)


def quantile_of_sales_by_share__around_the_median(mu, sd, loss):
    if isinstance(loss, str):
        return reference.back_transform(mu, sd, loss)
    return np.exp(mu) * (1 + stats.norm.ppf(loss) * np.asarray(sd))


# ---- holiday_columns ------------------------------------------------------------------------


def before_and_after_turned(days, holidays, before, after):
    """Your columns are turned round: the days after a holiday stand where the days before
    belong.
    """
    shifts = range(-before, after + 1)
    columns = [np.isin(np.asarray(days), np.asarray(holidays) - shift) for shift in shifts]
    return np.column_stack(columns).astype(float)


def row_for_day_number(days, holidays, before, after):
    """The holidays were taken for row numbers. They are numbers of days, and the days need not
    start at 0.
    """
    return reference.holiday_columns(np.arange(len(days)), holidays, before, after)


def only_holidays_in_days(days, holidays, before, after):
    """A holiday that is not among the days was left out. Its neighbours may be among them."""
    return reference.holiday_columns(days, np.intersect1d(holidays, days), before, after)


def overlaps_added_up(days, holidays, before, after):
    """Where a holiday is listed twice, or two meet, you added up the marks. A mark must be 0 or
    1.
    """
    parts = [
        reference.holiday_columns(days, np.array([holiday]), before, after) for holiday in holidays
    ]
    return sum(parts, np.zeros((len(days), before + after + 1)))


def column_missing(days, holidays, before, after):
    """A column is missing. There must be ``before + 1 + after`` of them."""
    return reference.holiday_columns(days, holidays, before, after)[:, :-1]


def column_missing__the_first(days, holidays, before, after):
    return reference.holiday_columns(days, holidays, before, after)[:, 1:]


def column_missing__the_middle(days, holidays, before, after):
    return np.delete(reference.holiday_columns(days, holidays, before, after), before, axis=1)


def all_columns_alike(days, holidays, before, after):
    """In your table a day near a holiday has a 1 in every column. Each column must be for one
    distance.
    """
    columns = reference.holiday_columns(days, holidays, before, after)
    return np.tile(columns.max(axis=1, keepdims=True), (1, before + 1 + after))


def both_sides_in_each_column(days, holidays, before, after):
    """In your table a column marks days at its distance on both sides of a holiday. Those before
    and those after must have columns of their own.
    """
    shifts = range(-before, after + 1)
    gaps = np.abs(np.subtract.outer(np.asarray(days), np.asarray(holidays)))
    return np.column_stack([(gaps == abs(k)).any(axis=1) for k in shifts]).astype(float)


def error_without_holidays(days, holidays, before, after):
    """Your answer stops with an error if there is no holiday. Then all columns must be 0."""
    if len(holidays) == 0:
        raise ValueError
    return reference.holiday_columns(days, holidays, before, after)


def error_without_holidays__of_an_index(days, holidays, before, after):
    if len(holidays) == 0:
        raise IndexError
    return reference.holiday_columns(days, holidays, before, after)


def rows_moved(days, holidays, before, after):
    """Your columns are the holidays' column, moved up or down by rows. Days may have gaps and come
    in any order, and a holiday may lie outside of them.
    """
    marks = np.isin(days, holidays).astype(float)
    padded = np.concatenate([np.zeros(after), marks, np.zeros(before)])
    return np.column_stack(
        [padded[after - k : after - k + len(marks)] for k in range(-before, after + 1)]
    )


def rows_moved__in_a_circle(days, holidays, before, after):
    marks = np.isin(days, holidays).astype(float)
    return np.column_stack([np.roll(marks, k) for k in range(-before, after + 1)])


def rows_and_columns_exchanged(days, holidays, before, after):
    """In your table a row belongs to a distance. A row must belong to a day, and a column to a
    distance.
    """
    return reference.holiday_columns(days, holidays, before, after).T


def one_column_for_all(days, holidays, before, after):
    """In your table all days around a holiday share one column, so they all get the same effect.
    Each distance needs its own.
    """
    columns = reference.holiday_columns(days, holidays, before, after)
    return columns.max(axis=1, keepdims=True)


def day_itself_left_out(days, holidays, before, after):
    """In your table the holiday itself is not marked. Its column must stand between those before
    and after.
    """
    columns = reference.holiday_columns(days, holidays, before, after)
    columns[:, before] = 0
    return columns


def nearest_holiday_only(days, holidays, before, after):
    """In your table each day is marked for one holiday only. A day between two holidays must be
    marked for both.
    """
    columns = np.zeros((len(days), before + after + 1))
    for row, day in enumerate(days):
        gaps = [day - holiday for holiday in holidays]
        gap = min(gaps, key=abs, default=None)
        if gap is not None and -before <= gap <= after:
            columns[row, gap + before] = 1
    return columns


def nearest_holiday_only__first_listed(days, holidays, before, after):
    columns = np.zeros((len(days), before + after + 1))
    for row, day in enumerate(days):
        near = [day - holiday for holiday in holidays if -before <= day - holiday <= after]
        if near:
            columns[row, near[0] + before] = 1
    return columns


def nearest_holiday_only__last_listed(days, holidays, before, after):
    return nearest_holiday_only__first_listed(days, holidays[::-1], before, after)


def nearest_holiday_only__latest(days, holidays, before, after):
    return nearest_holiday_only__first_listed(days, np.sort(holidays)[::-1], before, after)


def nearest_holiday_only__earliest(days, holidays, before, after):
    return nearest_holiday_only__first_listed(days, np.sort(holidays), before, after)


def nearest_holiday_only__in_one_loop(days, holidays, before, after):
    columns = np.zeros((len(days), before + after + 1))
    for row, day in enumerate(days):
        for shift in range(-before, after + 1):
            if day - shift in holidays:
                columns[row, shift + before] = 1
                break
    return columns


# ---- select_arima ---------------------------------------------------------------------------


@functools.cache
def _kept(data, order, constant):
    return reference._aicc(np.frombuffer(data), order, constant)


def _changes(y, grid):
    z = np.diff(np.asarray(y, dtype=float), grid["d"])
    for _ in range(grid["D"]):
        z = z[grid["m"] :] - z[: -grid["m"]]
    return z


def aicc_of(y, grid, order, constant=None):
    """The AICc of one order, fitted once: checks and wrong answers ask for the same ones."""
    constant = grid["d"] + grid["D"] == 0 if constant is None else constant
    return _kept(_changes(y, grid).tobytes(), tuple(order), constant)


def _orders(grid):
    shape = tuple(grid[name] + 1 for name in "pqPQ")
    return [(p, grid["d"], q, P, grid["D"], Q, grid["m"]) for p, q, P, Q in np.ndindex(*shape)]


def _search(y, grid, orders=None, constant=None):
    known = {order: aicc_of(y, grid, order, constant) for order in orders or _orders(grid)}
    best = min(known, key=lambda order: known[order])
    return best, known[best], [order for order, aicc in known.items() if aicc == np.inf]


def _bic_of(y, grid, order):
    n, constant = len(_changes(y, grid)), grid["d"] + grid["D"] == 0
    p, _, q, P, _, Q, _ = order
    k = p + q + P + Q + 1 + constant
    penalty = 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else 0.0
    return aicc_of(y, grid, order) - 2 * k - penalty + k * np.log(n)


def largest_orders_left_out(y_train, grid):
    """The largest of the orders were not tried. ``range(n)`` ends before ``n``, and ``grid`` gives
    the largest order that is to be tried.
    """
    largest = {name: max(0, grid[name] - 1) for name in "pqPQ"}
    return _search(y_train, grid, _orders({**grid, **largest}))


def largest_aicc(y_train, grid):
    """The model with the largest AICc was chosen. The smaller the AICc, the better the model."""
    _, _, failed = _search(y_train, grid)
    known = {order: aicc_of(y_train, grid, order) for order in _orders(grid)}
    best = max((order for order in known if order not in failed), key=lambda order: known[order])
    return best, known[best], failed


def largest_model(y_train, grid):
    """The largest model was taken. It fits the past best, but AICc adds a penalty for every
    parameter.
    """
    return _search(y_train, grid, _orders(grid)[-1:])


def smallest_model(y_train, grid):
    """The smallest model was taken, and nothing was compared."""
    return _search(y_train, grid, _orders(grid)[:1])


def aic_for_aicc(y_train, grid):
    """That is the AIC. AICc adds 2k(k+1)/(n-k-1) for k parameters and n days. It matters in short
    series.
    """
    n, constant = len(_changes(y_train, grid)), grid["d"] + grid["D"] == 0
    aic = {}
    for order in _orders(grid):
        p, _, q, P, _, Q, _ = order
        k = p + q + P + Q + 1 + constant
        penalty = 2 * k * (k + 1) / (n - k - 1) if n > k + 1 else 0.0
        aic[order] = aicc_of(y_train, grid, order) - penalty
    best = min(aic, key=lambda order: aic[order])
    return best, aic[best], [order for order, value in aic.items() if value == np.inf]


def bic_for_aicc(y_train, grid):
    """That is the BIC. Its penalty grows with the logarithm of the number of days."""
    bic = {order: _bic_of(y_train, grid, order) for order in _orders(grid)}
    best = min(bic, key=lambda order: bic[order])
    return best, bic[best], [order for order, value in bic.items() if value == np.inf]


def constant_never(y_train, grid):
    """In your search no model has a constant. Where nothing was differenced, every model must have
    one.
    """
    return _search(y_train, grid, constant=False)


def constant_after_a_difference(y_train, grid):
    """A difference was taken and your models have a constant. One difference of either kind is
    enough: then no model may have one.
    """
    return _search(y_train, grid, constant=grid["d"] == 0)


def constant_after_a_difference__at_the_season(y_train, grid):
    return _search(y_train, grid, constant=grid["D"] == 0)


def differences_not_told(y_train, grid):
    """Your orders come without their differences. They are ``grid["d"]`` and ``grid["D"]``."""
    order, aicc, failed = _search(y_train, grid)

    def bare(order):
        return (order[0], 0, *order[2:4], 0, *order[5:])

    return bare(order), aicc, [bare(each) for each in failed]


def season_differenced_at_lag_one(y_train, grid):
    """The seasonal difference was taken at lag 1. It must be a difference between days that are
    ``m`` days apart.
    """
    lags = grid["d"] + grid["m"] * grid["D"]
    return _of_changes(np.diff(np.asarray(y_train, dtype=float), lags), grid)


def season_differenced_at_lag_one__once(y_train, grid):
    lags = grid["d"] + grid["D"]
    return _of_changes(np.diff(np.asarray(y_train, dtype=float), lags), grid)


def season_not_differenced(y_train, grid):
    """The seasonal differences were not taken. ``grid["D"]`` says how many there are."""
    return _of_changes(np.diff(np.asarray(y_train, dtype=float), grid["d"]), grid)


def differences_wrap_around(y_train, grid):
    """The differences were taken in the type of the series. A difference of two narrow integers
    wraps around where it is below 0.
    """
    z = np.diff(np.asarray(y_train), grid["d"])
    for _ in range(grid["D"]):
        z = z[grid["m"] :] - z[: -grid["m"]]
    return _of_changes(z.astype(float), grid)


def _of_changes(z, grid):
    """The search on a series whose differences are taken already."""
    constant = grid["d"] + grid["D"] == 0
    known = {order: _kept(z.tobytes(), order, constant) for order in _orders(grid)}
    best = min(known, key=lambda order: known[order])
    return best, known[best], [order for order, aicc in known.items() if aicc == np.inf]


def _has_a_lag_twice(order):
    """Whether statsmodels refuses an order: a lag is in both of its parts."""
    p, _, q, P, _, Q, m = order
    return (P > 0 and p >= m) or (Q > 0 and q >= m)


def search_ends_with_an_error(y_train, grid):
    """A model that cannot be fitted ends your search with an error. Pass it over and list it."""
    found = _search(y_train, grid)
    if any(_has_a_lag_twice(order) for order in found[2]):
        raise ValueError
    return found


def infinite_ones_not_listed(y_train, grid):
    """You passed over a model without a finite AICc and did not list it. It has failed like one
    whose fit raised an error.
    """
    order, aicc, failed = _search(y_train, grid)
    return order, aicc, [each for each in failed if _has_a_lag_twice(each)]


def errors_not_listed(y_train, grid):
    """You passed over a model whose fit raised an error and did not list it."""
    order, aicc, failed = _search(y_train, grid)
    return order, aicc, [each for each in failed if not _has_a_lag_twice(each)]


def never_differenced(y_train, grid):
    """The series was not differenced. ``grid["d"]`` and ``grid["D"]`` say how often it must be."""
    best, aicc, failed = _search(y_train, {**grid, "d": 0, "D": 0})

    def full(order):
        return (order[0], grid["d"], *order[2:4], grid["D"], *order[5:])

    return full(best), aicc, [full(order) for order in failed]


def constant_always(y_train, grid):
    """In your search every model has a constant, which statsmodels adds unless it is told
    otherwise. What was differenced must have none.
    """
    return _search(y_train, grid, constant=True)


def autoregression_only(y_train, grid):
    """Only ``p`` and ``P`` were tried. ``q`` and ``Q`` stayed 0 in every model."""
    return _search(y_train, {**grid, "q": 0, "Q": 0})


def without_season(y_train, grid):
    """Some seasonal orders of the grid were not tried, and the model that was chosen has none."""
    return _search(y_train, {**grid, "P": 0, "Q": 0})


def _least(aicc, part, name, largest):
    values = [aicc({**part, name: n}) for n in range(largest + 1)]
    return values.index(min(values))


def one_order_at_a_time(y_train, grid):
    """The orders were chosen one after the other, and never together. An order that is chosen late
    may change what is best for an early one, and models that need both are never tried.
    """
    part, known = dict.fromkeys("pqPQ", 0), {}

    def aicc(trial):
        order = (trial["p"], grid["d"], trial["q"], trial["P"], grid["D"], trial["Q"], grid["m"])
        known[order] = aicc_of(y_train, grid, order)
        return known[order]

    for name in "pqPQ":
        part[name] = _least(aicc, part, name, grid[name])
    best = (part["p"], grid["d"], part["q"], part["P"], grid["D"], part["Q"], grid["m"])
    return best, known[best], [order for order, value in known.items() if value == np.inf]


def one_order_at_a_time__season_last(y_train, grid):
    days, _, failed = _search(y_train, {**grid, "P": 0, "Q": 0})
    later = [
        (*days[:3], P, grid["D"], Q, grid["m"]) for P, Q in np.ndindex(grid["P"] + 1, grid["Q"] + 1)
    ]
    order, aicc, more = _search(y_train, grid, later)
    return order, aicc, [*failed, *more]


def failures_hidden(y_train, grid):
    """A model could not be fitted, and your list of failures does not say so."""
    order, aicc, _ = _search(y_train, grid)
    return order, aicc, []


# ---- forecast_sales -------------------------------------------------------------------------


def _with_spread(centre, spread):
    spread = np.broadcast_to(spread, centre.shape)
    return np.stack([centre, centre - 1.2816 * spread, centre + 1.2816 * spread], axis=2)


def _same_weekdays(history, weeks, horizon):
    season = np.asarray(history, dtype=float)[-7 * weeks :].reshape(weeks, 7, -1)
    repeats = np.arange(horizon) % 7
    return season.mean(axis=0)[repeats], season.std(axis=0, ddof=1)[repeats]


def mean_of_four_weeks(history, horizon):
    """That is the mean of the last four same weekdays, with their spread. It is the baseline."""
    return _with_spread(*_same_weekdays(history, 4, horizon))


def mean_of_twenty_weeks(history, horizon):
    """That is a mean of many weeks. It knows the weekday well, but the level of this month is lost
    in that of half a year.
    """
    return _with_spread(*_same_weekdays(history, 20, horizon))


def last_week_again(history, horizon):
    """You repeated the last week. One week is noisy, and a mean of several weeks errs less."""
    centre, _ = _same_weekdays(history, 1, horizon)
    return _with_spread(centre, _same_weekdays(history, 4, horizon)[1])


def one_level_for_all_days(history, horizon):
    """In your answer every day has the same forecast. A supermarket sells more on Sunday than on
    Wednesday.
    """
    history = np.asarray(history, dtype=float)[-28:]
    centre = np.tile(history.mean(axis=0), (horizon, 1))
    return _with_spread(centre, history.std(axis=0))


def one_level_for_all_days__with_quantiles(history, horizon):
    last = np.asarray(history, dtype=float)[-28:]
    parts = [last.mean(axis=0), *np.quantile(last, [0.1, 0.9], axis=0)]
    return np.tile(np.stack(parts, axis=-1), (horizon, 1, 1))


def one_level_for_all_days__of_last_week(history, horizon):
    history = np.asarray(history, dtype=float)
    centre = np.tile(history[-7:].mean(axis=0), (horizon, 1))
    return _with_spread(centre, history[-28:].std(axis=0))


def one_level_for_all_days__the_last_day(history, horizon):
    history = np.asarray(history, dtype=float)
    return _with_spread(np.tile(history[-1], (horizon, 1)), history[-28:].std(axis=0))


def last_week_again__with_a_tenth(history, horizon):
    centre, _ = _same_weekdays(history, 1, horizon)
    return np.stack([centre, 0.9 * centre, 1.1 * centre], axis=2)


def last_week_again__with_a_fifth(history, horizon):
    centre, _ = _same_weekdays(history, 1, horizon)
    return np.stack([centre, 0.8 * centre, 1.2 * centre], axis=2)


def interval_of_a_mean(history, horizon):
    """Your interval is that of a mean of weeks. One day varies far more than a mean does."""
    centre, spread = _same_weekdays(history, 8, horizon)
    return _with_spread(centre, spread / np.sqrt(8))


def interval_of_a_mean__by_two_digits(history, horizon):
    centre, spread = _same_weekdays(history, 8, horizon)
    spread = 1.28 * spread / np.sqrt(8)
    return np.stack([centre, centre - spread, centre + spread], axis=2)


def interval_of_a_mean__of_four_weeks(history, horizon):
    centre, spread = _same_weekdays(history, 4, horizon)
    return _with_spread(centre, spread / 2)


def interval_of_all_weekdays(history, horizon):
    """Your width comes from all days together, so the week itself is part of it. Around a forecast
    by weekday the days vary less.
    """
    centre, _ = _same_weekdays(history, 8, horizon)
    spread = 1.28 * np.asarray(history, dtype=float).std(axis=0)
    return np.stack([centre, centre - spread, centre + spread], axis=2)


def interval_of_all_weekdays__of_four_weeks(history, horizon):
    centre, _ = _same_weekdays(history, 4, horizon)
    return _with_spread(centre, np.asarray(history, dtype=float)[-28:].std(axis=0))


def interval_of_no_width__around_eight_weeks(history, horizon):
    return np.repeat(_same_weekdays(history, 8, horizon)[0][:, :, None], 3, axis=2)


def interval_of_no_width__around_four_weeks(history, horizon):
    return np.repeat(_same_weekdays(history, 4, horizon)[0][:, :, None], 3, axis=2)


def interval_of_no_width(history, horizon):
    """Your interval has no width, so nearly every day lies outside it."""
    forecast = reference.forecast_sales(history, horizon)
    return np.repeat(forecast[:, :, :1], 3, axis=2)


def interval_of_95_per_cent(history, horizon):
    """Your intervals hold more than four days in five. The score charges for their width."""
    forecast = reference.forecast_sales(history, horizon)
    centre = forecast[:, :, :1]
    return centre + (forecast - centre) * 1.96 / 1.2816


def columns_and_days_swapped(history, horizon):
    """The axes of your array are in another order. The shape must be days, columns, three: the
    three are the forecast and both ends of its interval.
    """
    return reference.forecast_sales(history, horizon).transpose(1, 0, 2)


def columns_and_days_swapped__three_first(history, horizon):
    return reference.forecast_sales(history, horizon).transpose(2, 0, 1)


def columns_and_days_swapped__three_in_the_middle(history, horizon):
    return reference.forecast_sales(history, horizon).transpose(0, 2, 1)


def forecast_alone(history, horizon):
    """The intervals are missing. Return three numbers for each day and column."""
    return reference.forecast_sales(history, horizon)[:, :, 0]
