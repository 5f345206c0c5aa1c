"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import functools

import numpy as np
from scipy import stats

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


def windows_of_one_day(defect):
    """With p = 1 the first day of a row is its last, and rows side by side are all rows."""
    return [1, 2, 4, 3, 9, 5, 6, 20, 8, 10], 1, 2


def nothing_to_train_on(defect):
    """The series is so short that a flawed back-test has no row left to train on. Give it more than
    ``p * (n_test + 1)`` days.
    """
    return [1, 2, 4, 3], 2, 2


def days_out_of_range(defect):
    """Days are whole numbers from 0 to 99."""
    return [1, 2, 4, 3, 900, 5, 6, 20, 8, 10, 11, 7], 2, 2


def series_alone(defect):
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
    """The scale is taken from the test days. They have not happened yet, and there are few of
    them. Use the training series.
    """
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    scale = np.abs(np.diff(_numbers(y_true)[0])).mean() if len(y_true) > 1 else np.inf
    return _scaled(y_true, y_pred, y_train, m, scale)


def scale_of_test_by_season(y_true, y_pred, y_train, m):
    """The scale is the seasonal naive error of the days that are forecast. They have not happened
    yet, and there may be fewer of them than a season has. Use the training series.
    """
    y_true = _numbers(y_true)[0]
    if len(y_true) <= m:
        return float("nan")
    return _scaled(y_true, y_pred, y_train, m, np.abs(y_true[m:] - y_true[:-m]).mean())


def scale_of_one_day(y_true, y_pred, y_train, m):
    """The scale compares with the day before. The season asks for the day ``m`` days before."""
    return _scaled(y_true, y_pred, y_train, 1)


def scale_of_one_day__unless_undefined(y_true, y_pred, y_train, m):
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return _scaled(y_true, y_pred, y_train, 1)


def squared_errors(y_true, y_pred, y_train, m):
    """Errors are squared. MASE takes the absolute value of each error."""
    return _scaled(y_true, y_pred, y_train, m, error=np.square)


def root_of_squares(y_true, y_pred, y_train, m):
    """That is a root mean squared error over another. MASE takes the absolute value of each
    error.
    """
    return float(np.sqrt(_scaled(y_true, y_pred, y_train, m, error=np.square)))


def signs_kept(y_true, y_pred, y_train, m):
    """Errors are added with their signs, so that too high and too low cancel."""
    y_true, y_pred = _numbers(y_true, y_pred)
    scale = _scaled(1.0, 0.0, y_train, m)
    return float(abs(np.mean(y_true - y_pred)) * scale)


def divided_by_level(y_true, y_pred, y_train, m):
    """The errors are divided by the level of the series. The level does not say how hard the series
    is to forecast.
    """
    if np.isnan(reference.mase(y_true, y_pred, y_train, m)):
        return float("nan")
    return _scaled(y_true, y_pred, y_train, m, np.mean(y_train))


def scale_over_all_days(y_true, y_pred, y_train, m):
    """The scale is divided by all training days. The first ``m`` have no day to compare with, so
    there are fewer differences than days.
    """
    n = len(y_train)
    return reference.mase(y_true, y_pred, y_train, m) * (n / (n - m) if n > m else 1.0)


def scale_of_last_season(y_true, y_pred, y_train, m):
    """The scale compares the last season with the one before it. All training days count."""
    if len(y_train) <= m:
        return float("nan")
    return reference.mase(y_true, y_pred, np.asarray(y_train)[-2 * m :], m)


def zero_for_no_scale(y_true, y_pred, y_train, m):
    """Where the scale is 0 the result is 0, the best score there is. Nothing can be said: NaN."""
    value = reference.mase(y_true, y_pred, y_train, m)
    return 0.0 if np.isnan(value) else value


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
        medians,
    )
}


# ---- kill_mase ------------------------------------------------------------------------------


def accepts_everything(fn):
    """Your test accepts everything. Compare with a value that you worked out by hand."""
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


def errors_all_alike(fn):
    """If all errors are equal and of one sign, a mean with signs and a mean without agree."""
    y_train = np.array([1.0, 5.0, 2.0, 9.0, 4.0])
    y_true = np.array([10.0, 20.0, 40.0])
    return bool(np.isclose(fn(y_true, y_true - 2, y_train, 2), 6 / 7))


def one_day_of_forecast(fn):
    """A forecast of one day has one error. Its mean is its median, and no sign can cancel."""
    return bool(
        np.isclose(fn(np.array([9.0]), np.array([5.0]), np.array([1.0, 5, 3, 6]), 1), 4 / 3)
    )


def only_undefined_case(fn):
    """NaN without a scale is one case of many. Check a value too."""
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
    """There is no intercept. The model has to pass through 0, and its weights are wrong for it."""
    return _recursive(_weights(y, p, intercept=False), y, p, h)


def weights_turned_round(y, p, h):
    """The weights and the days are in opposite orders: yesterday's weight meets the oldest day."""
    weights = _weights(y, p)
    return _recursive(np.append(weights[0], weights[:0:-1]), y, p, h)


def first_step_repeated(y, p, h):
    """Every day is the first day's forecast. Use each forecast to make the next one."""
    return np.repeat(reference.ar_forecast(y, p, 1), h)


def last_day_left_out(y, p, h):
    """The last day was not learned from. It has ``p`` days before it like the others."""
    return _recursive(_weights(y, p, last=-1), y, p, h)


def model_for_each_day(y, p, h):
    """Each day ahead has weights of its own. That is the direct way. Here one model forecasts a day
    from the days before it, and forecasts take the place of days.
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
    """The mean of the series was used as the intercept. The intercept is the mean times 1 less the
    sum of the weights.
    """
    weights = _weights(y, p)
    return _recursive(np.append(np.mean(np.asarray(y, dtype=float)), weights[1:]), y, p, h)


def history_in_front(y, p, h):
    """The history is in front. Return the forecast days alone."""
    return np.concatenate([np.asarray(y, dtype=float), reference.ar_forecast(y, p, h)])


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


def weights_exchanged(y, m, alpha, gamma, h):
    """``alpha`` and ``gamma`` weigh the old value in your answer. They say how much the *new* day
    counts.
    """
    return reference.holt_winters(y, m, 1 - alpha, 1 - gamma, h)


def season_never_changes(y, m, alpha, gamma, h):
    """The season stays as it was in the first season. Update it with each day, as the level."""
    return reference.holt_winters(y, m, alpha, 0.0, h)


def first_season_forecast(y, m, alpha, gamma, h):
    """Level and season are those of the first season. Let each later day change them."""
    return _repeated(_smooth(np.asarray(y)[:m], m, alpha, gamma, None), y, m, h)


def last_day_beyond_a_season(y, m, alpha, gamma, h):
    """Beyond one season the last value is repeated. Repeat the whole season."""
    forecast = reference.holt_winters(y, m, alpha, gamma, min(h, m))
    return np.append(forecast, np.repeat(forecast[-1:], h - len(forecast)))


def level_keeps_its_season(y, m, alpha, gamma, h):
    """The level learns from the day as it is. Take the seasonal value of the day away first."""

    def step(day, level, seasonal):
        return (
            alpha * day + (1 - alpha) * level,
            gamma * (day - level) + (1 - gamma) * seasonal,
        )

    return _repeated(_smooth(y, m, alpha, gamma, step), y, m, h)


def season_starts_again(y, m, alpha, gamma, h):
    """The forecast starts with the first day of the season. It starts with the day of the season
    that follows the last day of ``y``.
    """
    y = np.asarray(y, dtype=float)
    rest = len(y) % m
    return np.resize(np.roll(reference.holt_winters(y, m, alpha, gamma, m), rest), h)


def season_turned_into_factors(y, m, alpha, gamma, h):
    """The season multiplies the level. Here it is added."""
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] / level
    for t in range(m, len(y)):
        old = level
        level = alpha * y[t] / season[t % m] + (1 - alpha) * old
        season[t % m] = gamma * y[t] / old + (1 - gamma) * season[t % m]
    return level * season[(len(y) + np.arange(h)) % m]


# ---- rolling_origin -------------------------------------------------------------------------


def whole_series_shown(y, fit_predict, start, h, step):
    """The forecaster is given the whole series, the days to forecast included."""
    origins = range(start, len(y) - h + 1, step)
    return [
        (o, float(np.abs(np.asarray(y, dtype=float)[o : o + h] - fit_predict(y, h)).mean()))
        for o in origins
    ]


def first_target_shown(y, fit_predict, start, h, step):
    """The forecaster is given the first day that it is to forecast."""
    origins = range(start, len(y) - h + 1, step)
    return [
        (
            o,
            float(
                np.abs(np.asarray(y, dtype=float)[o : o + h] - fit_predict(y[: o + 1], h)).mean()
            ),
        )
        for o in origins
    ]


def sliding_window(y, fit_predict, start, h, step):
    """The forecaster is given the last ``start`` days only. It may use all days before the
    origin.
    """
    origins = range(start, len(y) - h + 1, step)
    return [
        (
            o,
            float(
                np.abs(
                    np.asarray(y, dtype=float)[o : o + h] - fit_predict(y[o - start : o], h)
                ).mean()
            ),
        )
        for o in origins
    ]


def last_origin_missing(y, fit_predict, start, h, step):
    """The last origin is missing: ``h`` days remain from ``len(y) - h`` on."""
    return reference.rolling_origin(y[:-1], fit_predict, start, h, step)


def incomplete_origin_kept(y, fit_predict, start, h, step):
    """The last origins have fewer than ``h`` days left, so their errors cannot be compared."""
    return [
        (
            o,
            float(
                np.abs(
                    np.asarray(y, dtype=float)[o : o + h] - fit_predict(y[:o], h)[: len(y) - o]
                ).mean()
            ),
        )
        for o in range(start, len(y), step)
    ]


def fitted_once(y, fit_predict, start, h, step):
    """The forecast was made once, at the first origin. Forecast again at each origin."""
    first = fit_predict(y[:start], h)
    origins = range(start, len(y) - h + 1, step)
    return [
        (o, float(np.abs(np.asarray(y, dtype=float)[o : o + h] - first).mean())) for o in origins
    ]


def step_ignored(y, fit_predict, start, h, step):
    """The origins are ``h`` days apart. ``step`` says how far apart they are."""
    return reference.rolling_origin(y, fit_predict, start, h, h)


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


# ---- holiday_columns ------------------------------------------------------------------------


def before_and_after_turned(days, holidays, before, after):
    """The columns are turned round: the days after a holiday stand where the days before belong."""
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
    """Where a holiday is listed twice, or two meet, the marks are added up. A mark is 0 or 1."""
    parts = [
        reference.holiday_columns(days, np.array([holiday]), before, after) for holiday in holidays
    ]
    return sum(parts, np.zeros((len(days), before + after + 1)))


def one_column_for_all(days, holidays, before, after):
    """All days around a holiday share one column, so they all get the same effect. Each distance
    needs its own.
    """
    columns = reference.holiday_columns(days, holidays, before, after)
    return columns.max(axis=1, keepdims=True)


def day_itself_left_out(days, holidays, before, after):
    """The holiday itself is not marked. Its column stands between those before and after."""
    columns = reference.holiday_columns(days, holidays, before, after)
    columns[:, before] = 0
    return columns


def nearest_holiday_only(days, holidays, before, after):
    """Each day is marked for its nearest holiday only. A day between two holidays is marked for
    both.
    """
    columns = np.zeros((len(days), before + after + 1))
    for row, day in enumerate(days):
        gaps = [day - holiday for holiday in holidays]
        gap = min(gaps, key=abs, default=None)
        if gap is not None and -before <= gap <= after:
            columns[row, gap + before] = 1
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
        aic[order] = aicc_of(y_train, grid, order) - 2 * k * (k + 1) / (n - k - 1)
    best = min(aic, key=lambda order: aic[order])
    return best, aic[best], [order for order, value in aic.items() if value == np.inf]


def never_differenced(y_train, grid):
    """The series was not differenced. ``grid["d"]`` and ``grid["D"]`` say how often it must be."""
    best, aicc, failed = _search(y_train, {**grid, "d": 0, "D": 0})

    def full(order):
        return (order[0], grid["d"], *order[2:4], grid["D"], *order[5:])

    return full(best), aicc, [full(order) for order in failed]


def constant_always(y_train, grid):
    """Every model has a constant, which statsmodels adds unless it is told otherwise. What was
    differenced has none.
    """
    return _search(y_train, grid, constant=True)


def autoregression_only(y_train, grid):
    """Only ``p`` and ``P`` were tried. ``q`` and ``Q`` stayed 0 in every model."""
    return _search(y_train, {**grid, "q": 0, "Q": 0})


def without_season(y_train, grid):
    """Only ``p`` and ``q`` were tried. The seasonal orders stayed 0 in every model."""
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


def failures_hidden(y_train, grid):
    """A model could not be fitted, and the list of failures does not say so."""
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
    """The last week is repeated. One week is noisy, and a mean of several weeks errs less."""
    centre, _ = _same_weekdays(history, 1, horizon)
    return _with_spread(centre, _same_weekdays(history, 4, horizon)[1])


def one_level_for_all_days(history, horizon):
    """Every day has the same forecast. A supermarket sells more on Sunday than on Wednesday."""
    history = np.asarray(history, dtype=float)[-28:]
    centre = np.tile(history.mean(axis=0), (horizon, 1))
    return _with_spread(centre, history.std(axis=0))


def interval_of_no_width(history, horizon):
    """The interval has no width, so nearly every day lies outside it."""
    forecast = reference.forecast_sales(history, horizon)
    return np.repeat(forecast[:, :, :1], 3, axis=2)


def interval_of_95_per_cent(history, horizon):
    """The intervals hold more than four days in five. The score charges for their width."""
    forecast = reference.forecast_sales(history, horizon)
    centre = forecast[:, :, :1]
    return centre + (forecast - centre) * 1.96 / 1.2816


def columns_and_days_swapped(history, horizon):
    """The shape is days, columns, three. The three are the forecast and both ends of its
    interval.
    """
    return reference.forecast_sales(history, horizon).transpose(1, 0, 2)
