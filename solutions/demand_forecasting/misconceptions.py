"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import numpy as np

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
    """The next row begins where the last one ended, so most of the data is thrown away."""
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
    """The row is read the wrong way round: the model starts from its oldest day."""
    return _backtest("first_day_for_last", y, p, n_test)


def errors_cancel(y, p, n_test):
    """A forecast that is too high on one day pays for one that is too low on another."""
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
    """On a straight line each day rises by the same, so most back-tests agree. Vary the rises."""
    return list(range(16)), 2, 2


def windows_of_one_day(defect):
    """With p = 1 the first day of a row is its last, and rows side by side are all rows."""
    return [1, 2, 4, 3, 9, 5, 6, 20, 8, 10], 1, 2


def nothing_to_train_on(defect):
    """The series is so short that a flawed back-test has no row left to train on. More than
    ``p * (n_test + 1)`` days are enough, and a few to spare.
    """
    return [1, 2, 4, 3], 2, 2


def days_out_of_range(defect):
    """Days are whole numbers from 0 to 99."""
    return [1, 2, 4, 3, 900, 5, 6, 20, 8, 10, 11, 7], 2, 2


def series_alone(defect):
    """Return all three: the series, ``p`` and ``n_test``."""
    return [1, 2, 4, 3, 9, 5, 6, 20, 8, 10, 11, 7]


# ---- make_windows ---------------------------------------------------------------------------


def side_by_side(y, p, h=1):
    """The windows do not overlap, so most rows are missing. The next one begins a day later."""
    X, t = reference.make_windows(y, p, h)
    return X[::p], t[::p]


def newest_first(y, p, h=1):
    """The rows are turned round: the oldest day comes first."""
    X, t = reference.make_windows(y, p, h)
    return X[:, ::-1], t


def target_inside(y, p, h=1):
    """The target is the last day of its own row: a model that copies it is perfect and useless."""
    X, _ = reference.make_windows(y, p, h)
    return X, X[:, -1]


def always_tomorrow(y, p, h=1):
    """``h`` changes nothing: the target is always the next day."""
    X, t = reference.make_windows(y, p)
    kept = max(0, len(y) - p - h + 1)
    return X[:kept], t[:kept]


def h_from_zero(y, p, h=1):
    """The target is a day too late: ``h = 1`` is the day after the row."""
    return reference.make_windows(y, p, h + 1)


def last_row_missing(y, p, h=1):
    """The last row is missing. The last day of the series is a target too."""
    X, t = reference.make_windows(y, p, h)
    return X[:-1], t[:-1]


def row_without_target(y, p, h=1):
    """There are more rows than targets: the last windows have no day to forecast."""
    X, _ = reference.make_windows(np.append(y, np.zeros(h, dtype=np.asarray(y).dtype)), p, h)
    return X, reference.make_windows(y, p, h)[1]


# ---- seasonal_naive -------------------------------------------------------------------------


def last_day_repeated(y, m, h):
    """That is the naive forecast: the last day, again and again. A season has ``m`` days."""
    return np.repeat(y[-1], h)


def last_h_days(y, m, h):
    """Those are the last ``h`` days, whatever the season."""
    return reference.seasonal_naive(y, min(h, len(y)), h)


def one_season_only(y, m, h):
    """The forecast ends with the season: repeat it until there are ``h`` days."""
    return y[-m:][:h]


def first_season(y, m, h):
    """That is the first season of the series, not the last."""
    return reference.seasonal_naive(y[:m], m, h)


def season_turned_round(y, m, h):
    """The last season is repeated backwards."""
    return reference.seasonal_naive(y[-m:][::-1], m, h)


def seasonal_mean(y, m, h):
    """Each day is the mean of all its like. That is often better, but it is another method."""
    y = y[len(y) % m :]
    return reference.seasonal_naive(np.asarray(y).reshape(-1, m).mean(axis=0), m, h)


# ---- mase -----------------------------------------------------------------------------------

# The planted ones differ from the right one by one mistake each; `kill_mase` is judged on them.


def _scaled(y_true, y_pred, y_train, m, scale=None, error=np.abs, average=np.mean):
    y_train = np.asarray(y_train, dtype=float)
    if len(y_train) <= m:
        return float("nan")
    size = average(np.abs(y_train[m:] - y_train[:-m])) if scale is None else scale
    return float(average(error(y_true - y_pred)) / size) if size > 0 else float("nan")


def scale_of_test(y_true, y_pred, y_train, m):
    """The scale is taken from the test days. They have not happened yet, and there are few of
    them: use the training series.
    """
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    scale = np.abs(np.diff(y_true)).mean() if len(y_true) > 1 else np.inf
    return _scaled(y_true, y_pred, y_train, m, scale)


def scale_of_one_day(y_true, y_pred, y_train, m):
    """The scale compares with the day before: ``m`` days before is what the season asks for."""
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return _scaled(y_true, y_pred, y_train, 1)


def squared_errors(y_true, y_pred, y_train, m):
    """Errors are squared: absolute scaled error takes them as they are, without sign."""
    y_train = np.asarray(y_train, dtype=float)
    if len(y_train) <= m:
        return float("nan")
    scale = ((y_train[m:] - y_train[:-m]) ** 2).mean()
    return float(((y_true - y_pred) ** 2).mean() / scale) if scale > 0 else float("nan")


def signs_kept(y_true, y_pred, y_train, m):
    """Errors are added with their signs, so that too high and too low cancel."""
    scale = _scaled(1.0, 0.0, y_train, m)
    return float(abs(np.mean(y_true - y_pred)) * scale)


def divided_by_level(y_true, y_pred, y_train, m):
    """Divided by the level of the series: that is a percentage error, which says nothing about how
    hard the series is to forecast.
    """
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return _scaled(y_true, y_pred, y_train, m, np.mean(y_train))


def scale_over_all_days(y_true, y_pred, y_train, m):
    """The scale is divided by all training days; only those after the first ``m`` have a day to
    compare with.
    """
    n = len(y_train)
    return reference.mase(y_true, y_pred, y_train, m) * (n / (n - m) if n > m else 1.0)


def zero_for_no_scale(y_true, y_pred, y_train, m):
    """Where the scale is 0 you say 0, the best score there is. Nothing can be said: NaN."""
    value = reference.mase(y_true, y_pred, y_train, m)
    return 0.0 if np.isnan(value) else value


def medians(y_true, y_pred, y_train, m):
    """Those are medians: the M of MASE is a mean."""
    return _scaled(y_true, y_pred, y_train, m, average=np.median)


PLANTED_MASE = {
    function.__name__: function
    for function in (
        scale_of_test,
        scale_of_one_day,
        squared_errors,
        signs_kept,
        divided_by_level,
        scale_over_all_days,
        zero_for_no_scale,
        medians,
    )
}


# ---- kill_mase ------------------------------------------------------------------------------


def accepts_everything(fn):
    """Your test accepts everything: assert a value that you worked out by hand."""
    return True


def rejects_everything(fn):
    """Your test rejects right answers too. Is the value you expect rounded?"""
    return False


def seasons_of_one_day(fn):
    """With ``m = 1`` alone nobody notices that the season is ignored."""
    y_train = np.array([1.0, 5.0, 2.0, 9.0])
    return bool(
        np.isclose(fn(np.array([7.0, 9.0]), np.array([8.0, 6.0]), y_train, 1), 2 / (14 / 3))
    )


def errors_all_alike(fn):
    """All your errors are equal and of one sign: a mean with signs and one without agree."""
    y_train = np.array([1.0, 5.0, 2.0, 9.0, 4.0])
    y_true = np.array([10.0, 20.0, 40.0])
    return bool(np.isclose(fn(y_true, y_true - 2, y_train, 2), 6 / 7))


def one_day_of_forecast(fn):
    """A forecast of one day has one error: its mean is its median, and no sign can cancel."""
    return bool(
        np.isclose(fn(np.array([9.0]), np.array([5.0]), np.array([1.0, 5, 3, 6]), 1), 4 / 3)
    )


def only_undefined_case(fn):
    """NaN for no scale is one case of many: check a value too."""
    return bool(np.isnan(fn(np.ones(2), np.zeros(2), np.ones(9), 3)))


# ---- difference -----------------------------------------------------------------------------


def lag_ignored(y, d=1, m=1):
    """``m`` changes nothing: a season is taken out at its own lag."""
    return np.diff(y, d)


def once_only(y, d=1, m=1):
    """``d`` changes nothing: take the differences of the differences."""
    return reference.difference(y, min(d, 1), m)


def lag_for_count(y, d=1, m=1):
    """You took differences ``m`` times: ``m`` is how far apart the days are."""
    return np.diff(y, d * m)


def earlier_minus_later(y, d=1, m=1):
    """The sign is wrong: later minus earlier."""
    y = np.asarray(y)
    for _ in range(d):
        y = y[:-m] - y[m:]
    return y


def first_days_kept(y, d=1, m=1):
    """The first ``m`` days have nothing to be compared with: leave them out."""
    y = np.asarray(y, dtype=float)
    for _ in range(d):
        y = np.concatenate([y[:m], y[m:] - y[:-m]])
    return y


def relative_change(y, d=1, m=1):
    """That is growth in per cent: a difference is not divided."""
    y = np.asarray(y, dtype=float)
    for _ in range(d):
        y = (y[m:] - y[:-m]) / np.where(y[:-m] == 0, 1, y[:-m])
    return y


# ---- inverse_difference ---------------------------------------------------------------------


def anchored_to_last_day(changes, history, m=1):
    """Every change is added to the last day of the history, so changes never add up."""
    return np.asarray(history)[-1] + np.asarray(changes)


def anchored_to_first_day(changes, history, m=1):
    """The levels go on from the first day of the history: start from its last ``m``."""
    return reference.inverse_difference(changes, np.asarray(history)[:m], m)


def summed_without_season(changes, history, m=1):
    """Changes are summed day by day: a change at lag ``m`` belongs on top of the day ``m``
    before.
    """
    return np.asarray(history)[-1] + np.cumsum(changes)


def second_season_not_chained(changes, history, m=1):
    """After the first season each day stands on a forecast, not on the history again."""
    history = np.asarray(history)
    return reference.seasonal_naive(history, m, len(changes)) + np.asarray(changes)


def history_returned_too(changes, history, m=1):
    """The history is in front of the levels: return the forecast days alone."""
    return np.concatenate([history, reference.inverse_difference(changes, history, m)])


def changes_subtracted(changes, history, m=1):
    """Changes are taken off instead of added."""
    return reference.inverse_difference(-np.asarray(changes), history, m)


# ---- ar_fit ---------------------------------------------------------------------------------


def no_intercept(y, p):
    """There is no intercept: the model has to pass through 0, and its weights pay for it."""
    X, t = reference.make_windows(np.asarray(y, dtype=float), p)
    return np.append(0.0, np.linalg.lstsq(X[:, ::-1], t, rcond=None)[0])


def oldest_weight_first(y, p):
    """The weights are in the wrong order: yesterday's comes first."""
    coef = reference.ar_fit(y, p)
    return np.append(coef[0], coef[:0:-1])


def intercept_last(y, p):
    """The intercept is at the end: it comes first."""
    return np.roll(reference.ar_fit(y, p), -1)


def centred_intercept(y, p):
    """The series was centred and the intercept is its mean. The mean is the intercept divided by 1
    less the weights.
    """
    coef = reference.ar_fit(y, p)
    return np.append(np.mean(y), coef[1:])


def fitted_to_the_future(y, p):
    """The model explains each day by the days *after* it: turn the series round."""
    return reference.ar_fit(np.asarray(y)[::-1], p)


def one_row_too_few(y, p):
    """The last row is missing: the newest day tells most."""
    return reference.ar_fit(np.asarray(y)[:-1], p)


# ---- ar_forecast ----------------------------------------------------------------------------


def weights_turned_round(coef, history, h):
    """Yesterday's weight meets the oldest day: weights go back in time, a history forward."""
    return reference.ar_forecast(np.append(coef[0], coef[:0:-1]), history, h)


def first_step_repeated(coef, history, h):
    """Every day is the first day's forecast: feed each forecast into the next."""
    return np.repeat(reference.ar_forecast(coef, history, 1), h)


def intercept_forgotten(coef, history, h):
    """The intercept is missing, so every forecast sinks towards 0."""
    return reference.ar_forecast(np.append(0.0, coef[1:]), history, h)


def starts_at_the_beginning(coef, history, h):
    """You started from the first days of the history."""
    return reference.ar_forecast(coef, history[: len(coef) - 1], h)


def intercept_as_weight(coef, history, h):
    """The intercept stands at the end of your coefficients; it comes first."""
    return reference.ar_forecast(np.roll(coef, 1), history, h)


def history_in_front(coef, history, h):
    """The history is in front: return the forecast days alone."""
    return np.concatenate([history, reference.ar_forecast(coef, history, h)])


def truth_not_forecast(coef, history, h):
    """The last day never moves on: from the second day a forecast stands in for yesterday."""
    days = np.asarray(history, dtype=float)
    lags = days[-len(coef) + 1 :][::-1]
    return np.array([coef[0] + coef[1:] @ np.roll(lags, step) for step in range(h)])


# ---- rolling_origin -------------------------------------------------------------------------


def whole_series_shown(y, fit_predict, start, h, step):
    """The forecaster is given the whole series, the days to forecast included."""
    origins = range(start, len(y) - h + 1, step)
    return [(o, float(np.abs(y[o : o + h] - fit_predict(y, h)).mean())) for o in origins]


def first_target_shown(y, fit_predict, start, h, step):
    """The forecaster is given the first day that it is to forecast."""
    origins = range(start, len(y) - h + 1, step)
    return [(o, float(np.abs(y[o : o + h] - fit_predict(y[: o + 1], h)).mean())) for o in origins]


def sliding_window(y, fit_predict, start, h, step):
    """The forecaster is given the last ``start`` days only. The contract gives it all of the
    past.
    """
    origins = range(start, len(y) - h + 1, step)
    return [
        (o, float(np.abs(y[o : o + h] - fit_predict(y[o - start : o], h)).mean())) for o in origins
    ]


def last_origin_missing(y, fit_predict, start, h, step):
    """The last origin is missing: ``h`` days remain from ``len(y) - h`` on."""
    return reference.rolling_origin(y[:-1], fit_predict, start, h, step)


def incomplete_origin_kept(y, fit_predict, start, h, step):
    """The last origins have fewer than ``h`` days left, so their errors cannot be compared."""
    return [
        (o, float(np.abs(y[o : o + h] - fit_predict(y[:o], h)[: len(y) - o]).mean()))
        for o in range(start, len(y), step)
    ]


def fitted_once(y, fit_predict, start, h, step):
    """The model was fitted at the first origin and never saw a day more."""
    first = fit_predict(y[:start], h)
    origins = range(start, len(y) - h + 1, step)
    return [(o, float(np.abs(y[o : o + h] - first).mean())) for o in origins]


def step_ignored(y, fit_predict, start, h, step):
    """``step`` changes nothing: origins are every ``h`` days."""
    return reference.rolling_origin(y, fit_predict, start, h, h)


# ---- select_arima ---------------------------------------------------------------------------


def _chosen(y_train, grid, order):
    """One order, with its true AICc and no search."""
    d, D, m = grid["d"], grid["D"], grid["m"]
    z = reference.difference(reference.difference(np.asarray(y_train, float), d), D, m)
    p, q, P, Q = order
    aicc = reference._aicc(z, order, m, constant=d + D == 0)
    return (p, d, q, P, D, Q, m), aicc, []


def largest_model(y_train, grid):
    """The largest model was taken: it fits the past best, always. AICc charges for every
    parameter.
    """
    return _chosen(y_train, grid, tuple(grid[name] for name in "pqPQ"))


def smallest_model(y_train, grid):
    """The smallest model was taken, and nothing compared."""
    return _chosen(y_train, grid, (0, 0, 0, 0))


def aic_for_aicc(y_train, grid):
    """That is the AIC. AICc adds 2k(k+1)/(n-k-1) for k parameters and n days: it matters in short
    series.
    """
    order, aicc, failed = reference.select_arima(y_train, grid)
    p, d, q, P, D, Q, m = order
    n, k = len(y_train) - d - D * m, p + q + P + Q + 1 + (d + D == 0)
    return order, aicc - 2 * k * (k + 1) / (n - k - 1), failed


def never_differenced(y_train, grid):
    """The series was not differenced: ``grid["d"]`` and ``grid["D"]`` say how often it must be."""
    order, aicc, failed = reference.select_arima(y_train, {**grid, "d": 0, "D": 0})
    p, _, q, P, _, Q, m = order
    return (p, grid["d"], q, P, grid["D"], Q, m), aicc, failed


def constant_always(y_train, grid):
    """Every model has a constant, as statsmodels adds one unless told otherwise. What was
    differenced has none.
    """
    d, D, m = grid["d"], grid["D"], grid["m"]
    z = reference.difference(reference.difference(np.asarray(y_train, float), d), D, m)
    order, aicc, failed = reference.select_arima(z, {**grid, "d": 0, "D": 0})
    return (order[0], d, *order[2:4], D, *order[5:]), aicc, failed


def autoregression_only(y_train, grid):
    """Only ``p`` was searched: ``q`` stayed 0 in every model."""
    return reference.select_arima(y_train, {**grid, "q": 0, "Q": 0})


def without_season(y_train, grid):
    """Only ``p`` and ``q`` were searched: the season stayed out of it."""
    return reference.select_arima(y_train, {**grid, "P": 0, "Q": 0})


def failures_hidden(y_train, grid):
    """A model could not be fitted and nobody is told: return the orders that failed."""
    order, aicc, _ = reference.select_arima(y_train, grid)
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
    """The mean of the last four same weekdays, with their spread: that is the baseline. It is
    hard to beat by much.
    """
    return _with_spread(*_same_weekdays(history, 4, horizon))


def last_week_again(history, horizon):
    """The last week again is as noisy as one week is: an average of several is a better guess."""
    centre, _ = _same_weekdays(history, 1, horizon)
    return _with_spread(centre, _same_weekdays(history, 4, horizon)[1])


def one_level_for_all_days(history, horizon):
    """Every day has the same forecast: a supermarket's Sunday is not its Wednesday."""
    history = np.asarray(history, dtype=float)[-28:]
    centre = np.tile(history.mean(axis=0), (horizon, 1))
    return _with_spread(centre, history.std(axis=0))


def interval_of_no_width(history, horizon):
    """The interval has no width: a forecast is never exactly right."""
    forecast = reference.forecast_sales(history, horizon)
    return np.repeat(forecast[:, :, :1], 3, axis=2)


def interval_of_95_per_cent(history, horizon):
    """The intervals hold nineteen days in twenty. Four in five were asked for, and the width is
    paid for.
    """
    forecast = reference.forecast_sales(history, horizon)
    centre = forecast[:, :, :1]
    return centre + (forecast - centre) * 1.96 / 1.2816


def columns_and_days_swapped(history, horizon):
    """The shape is days, columns, three: the forecast, then the two ends of its interval."""
    return reference.forecast_sales(history, horizon).transpose(1, 0, 2)
