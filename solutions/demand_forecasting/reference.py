"""Demand forecasting without networks: baselines, smoothing, autoregression, ARIMA, a calendar.

Sources: Hyndman and Koehler, "Another look at measures of forecast accuracy" (International Journal
of Forecasting, 2006), for MASE; Holt (1957) and Winters (1960) for exponential smoothing with a
season; Hurvich and Tsai, "Regression and time series model selection in small samples" (Biometrika,
1989), for AICc; Gneiting and Raftery, "Strictly proper scoring rules" (JASA, 2007), for the
interval score.
"""

import itertools
import warnings
from collections.abc import Callable

import numpy as np
from scipy import stats
from statsmodels.tsa.arima.model import ARIMA


def break_backtest(defect: str) -> tuple[list[int], int, int]:
    """Return a series on which a back-test with one known defect gives another error.

    The correct ``backtest(y, p, n_test)`` makes a row of every ``p`` consecutive days. The target
    of a row is the day after it. The last ``n_test`` rows are the test, the others are for
    training. A rise is the target less the last day of its row. The model forecasts a target as the
    last day of the row plus the average rise of the training rows. The result is the mean absolute
    error over the test rows.

    Parameters
    ----------
    defect : str
        One of

        - ``"rows_side_by_side"``: rows do not overlap. The first row begins with the first day of
          ``y``, and each one after it with the target of the row before;
        - ``"target_a_day_late"``: the target is the day after the next;
        - ``"test_trained_on"``: the average rise is taken over the test rows too;
        - ``"judged_on_training"``: the error is that of the training rows;
        - ``"first_day_for_last"``: the first day of the row takes the place of its last, in the
          average rise and in the forecast;
        - ``"errors_cancel"``: errors are averaged with their signs, and the sign of the mean is
          dropped.

    Returns
    -------
    y : list of int
        At most 20 days, each from 0 to 99.
    p : int
        Days in a row, 1 to 5.
    n_test : int
        At least 1. Whatever the defect, at least one row must be left for training.

    Examples
    --------
    >>> y, p, n_test = break_backtest("errors_cancel")
    >>> len(y) <= 20
    True
    """
    return [0, 6, 6, 9, 0, 7, 4, 3, 9, 1, 5, 0], 2, 3


def mase(y_true: np.ndarray, y_pred: np.ndarray, y_train: np.ndarray, m: int) -> float:
    """Mean absolute scaled error: the mean absolute error of a forecast, divided by a scale.

    Forecast each day of the *training* series as the day ``m`` days before it: the mean absolute
    error of these forecasts is the scale (Hyndman and Koehler 2006). A MASE of 1 is an error of
    this size.

    The arguments are left as they are.

    Parameters
    ----------
    y_true, y_pred : ndarray, shape (h,)
        What happened and what was forecast. Numbers may be of any type, narrow integers included.
    y_train : ndarray, shape (n_days,)
        The days before, oldest first.
    m : int
        Days in a season.

    Returns
    -------
    mase : float
        NaN where the scale is 0, or cannot be had because ``y_train`` has no more than ``m`` days.

    Examples
    --------
    Days of training differ by 2 from the day before; the forecasts are off by 1 and by 3.

    >>> mase(np.array([5.0, 5.0]), np.array([4.0, 8.0]), np.array([1.0, 3.0, 1.0]), m=1)
    1.0
    """
    y_train = np.asarray(y_train, dtype=float)
    if len(y_train) <= m:
        return float("nan")
    scale = np.abs(y_train[m:] - y_train[:-m]).mean()
    error = np.abs(np.asarray(y_true, dtype=float) - np.asarray(y_pred, dtype=float)).mean()
    return float(error / scale) if scale > 0 else float("nan")


def kill_mase(fn: Callable[..., float]) -> bool:
    """Test an implementation of `mase`: True if it is right, False if it is wrong.

    Your test is tried on right implementations, each written differently, and on twelve wrong ones,
    each with one planted mistake. It must accept every right one and reject at least eleven of the
    twelve. An exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(y_true, y_pred, y_train, m)``, with the contract of `mase`: give it arrays.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> kill_mase(mase)
    True
    >>> kill_mase(lambda y_true, y_pred, y_train, m: 1.0)
    False
    """
    y_train = np.array([1.0, 5.0, 2.0, 9.0, 4.0])
    y_true, y_pred = np.array([10.0, 20.0, 40.0]), np.array([12.0, 17.0, 40.0])
    # Seasons of 2 days: |2 - 1|, |9 - 5| and |4 - 2| make a scale of 7 / 3.
    right = np.isclose(fn(y_true, y_pred, y_train, 2), 5 / 3 / (7 / 3))
    # Seasons of 1 day: 4, 3, 7 and 5 make 19 / 4.
    right &= np.isclose(fn(y_true, y_pred, y_train, 1), 5 / 3 / (19 / 4))
    undefined = [
        fn(y_true, y_pred, np.array([3.0, 4.0, 3.0, 4.0]), 2),
        fn(y_true, y_pred, np.array([3.0, 4.0]), 2),
    ]
    return bool(right and np.isnan(undefined).all())


def ar_forecast(y: np.ndarray, p: int, h: int) -> np.ndarray:
    """Fit an autoregression of order ``p``, and forecast ``h`` days with it.

    The model says that a day is an intercept, plus a weight times the day before it, plus another
    weight times the day before that, and so on for ``p`` days.

    Parameters
    ----------
    y : ndarray, shape (n_days,)
        Oldest first, at least ``2 * p + 2`` days. Exactly one choice of intercept and weights has
        the least sum of squared errors. Numbers may be of any type, narrow integers included. It is
        left as it is.
    p : int
        How many days back the model looks, at least 1.
    h : int
        Days to forecast, at least 1.

    Returns
    -------
    forecast : ndarray of float, shape (h,)
        The intercept and the weights are those with the least sum of squared errors over all days
        of ``y`` that have ``p`` days before them. From the second day on, a forecast takes the
        place of a day that has not come yet.

    Examples
    --------
    Each day is 1 plus half of the day before. After 2.5 comes 1 + 2.5 / 2, and so on.

    >>> ar_forecast(np.array([10.0, 6.0, 4.0, 3.0, 2.5]), p=1, h=2).round(6).tolist()
    [2.25, 2.125]
    """
    days = [float(day) for day in y]
    rows = np.array([[1.0, *days[t - p : t][::-1]] for t in range(p, len(days))])
    weights = np.linalg.lstsq(rows, np.array(days[p:]), rcond=None)[0]
    for _ in range(h):
        days.append(float(weights @ [1.0, *days[-p:][::-1]]))
    return np.array(days[-h:])


def holt_winters(y: np.ndarray, m: int, alpha: float, gamma: float, h: int) -> np.ndarray:
    """Exponential smoothing of a level and a season that are added, without a trend.

    The level starts as the mean of the first ``m`` days. The season starts as these days less the
    level. Each later day changes both. The new level is ``alpha`` times the day less its old
    seasonal value, plus ``1 - alpha`` times the old level. The new seasonal value of this day of
    the season is ``gamma`` times the day less the *old* level, plus ``1 - gamma`` times its old
    seasonal value.

    Parameters
    ----------
    y : ndarray, shape (n_days,)
        Oldest first, at least ``m`` days, and not always whole seasons. Numbers may be of any type.
        It is left as it is.
    m : int
        Days in a season, at least 2.
    alpha, gamma : float
        From 0 to 1: how much a new day counts for the level, and for the season.
    h : int
        Days to forecast, at least 1. There may be more of them than a season has.

    Returns
    -------
    forecast : ndarray of float, shape (h,)
        The last level plus the latest seasonal value of the day of the season.

    Examples
    --------
    Seasons of 2 days. The level starts at 15, the season at -5 and 5. After 12 the level is 16 and
    the season of such days is -4; after 26 the level is 18.5 and the other season is 7.5.

    >>> holt_winters(np.array([10, 20, 12, 26]), m=2, alpha=0.5, gamma=0.5, h=3).tolist()
    [14.5, 26.0, 14.5]
    """
    y = np.asarray(y, dtype=float)
    level = y[:m].mean()
    season = y[:m] - level
    for t in range(m, len(y)):
        k, old = t % m, level
        level = alpha * (y[t] - season[k]) + (1 - alpha) * old
        season[k] = gamma * (y[t] - old) + (1 - gamma) * season[k]
    return level + season[(len(y) + np.arange(h)) % m]


def rolling_origin(
    y: np.ndarray,
    fit_predict: Callable[[np.ndarray, int], np.ndarray],
    start: int,
    h: int,
    step: int,
) -> list[tuple[int, float]]:
    """Back-test a forecaster as it would have been used.

    Parameters
    ----------
    y : ndarray, shape (n_days,)
        Oldest first. Numbers may be of any type, narrow integers included. It is left as it is.
    fit_predict : callable
        ``fit_predict(history, h)`` forecasts the ``h`` days after ``history``. It returns a
        sequence, such as an array or a list. It does not write into ``history``, so a view of ``y``
        may be given to it.
    start : int
        The first origin. An origin is the number of the first day that is forecast, so the days
        before it are known.
    h : int
        Days to forecast at each origin.
    step : int
        Days from an origin to the next.

    Returns
    -------
    errors : list of (int, float)
        Each origin from which ``h`` days remain, in order, with its mean absolute error. The
        forecaster is given *all* days before the origin, and no other.

    Examples
    --------
    Forecasting tomorrow as today: from origin 2 the error is |4 - 2|, from origin 4 |5 - 5|.

    >>> rolling_origin(np.array([1, 2, 4, 5, 5]), lambda history, h: history[-h:], 2, 1, 2)
    [(2, 2.0), (4, 0.0)]
    """
    truth = np.asarray(y, dtype=float)
    return [
        (origin, float(np.abs(truth[origin : origin + h] - fit_predict(y[:origin], h)).mean()))
        for origin in range(start, len(y) - h + 1, step)
    ]


def back_transform(mu: np.ndarray, sd: np.ndarray, loss: str | float) -> np.ndarray:
    """Turn forecasts of log sales into the forecasts of sales that cost least.

    The log of each day's sales is normally distributed. A forecast of sales is one number for each
    day; return the number whose *expected* loss is least.

    Parameters
    ----------
    mu, sd : ndarray, shape (h,)
        Mean and standard deviation of the logarithm of each day's sales. ``sd`` is 0 or more and
        differs between days. Both may be whole numbers, and both are left as they are.
    loss : {"absolute", "squared"} or float
        How a forecast is judged: by its absolute error; by its squared error; or, for a number
        ``q`` above 0 and below 1, by ``q`` times the sales that exceed the forecast, plus
        ``1 - q`` times the forecast that exceeds the sales.

    Returns
    -------
    forecast : ndarray of float, shape (h,)
        In the unit of sales.

    Examples
    --------
    Half of the days sell less than 100.

    >>> mu, sd = np.log([100.0, 100.0]), np.array([0.2, 0.5])
    >>> back_transform(mu, sd, "absolute").round(2).tolist()
    [100.0, 100.0]
    >>> back_transform(mu, sd, "squared").round(2).tolist()
    [102.02, 113.31]
    >>> back_transform(mu, sd, 0.9).round(2).tolist()
    [129.22, 189.8]
    """
    mu, sd = np.asarray(mu, dtype=float), np.asarray(sd, dtype=float)
    if loss == "absolute":
        return np.exp(mu)  # the median: half of the days lie above, on either scale
    if loss == "squared":
        return np.exp(mu + sd**2 / 2)  # the mean of a lognormal distribution
    return np.exp(mu + stats.norm.ppf(loss) * sd)  # the quantile


def holiday_columns(days: np.ndarray, holidays: np.ndarray, before: int, after: int) -> np.ndarray:
    """Columns of zeros and ones that tell a model where the holidays are.

    Parameters
    ----------
    days : ndarray of int, shape (n_days,)
        Numbers of the days, each once, in any order. They need not start at 0, and may have gaps.
        It is left as it is.
    holidays : ndarray of int, shape (n_holidays,)
        Numbers of the days that are holidays. There may be none. A holiday may lie outside of
        ``days``, and its neighbours still count. It may be listed twice, which changes nothing. It
        is left as it is.
    before, after : int
        How many days before and after a holiday have a column of their own, 0 or more.

    Returns
    -------
    columns : ndarray of float, shape (n_days, before + 1 + after)
        Column ``j`` is 1 on the days that lie ``j - before`` days after a holiday, and 0 elsewhere.
        A day between two holidays may have several ones. No value is above 1.

    Examples
    --------
    Day 12 is a holiday. Day 11 is the day before it, and day 13 the day after.

    >>> holiday_columns(np.array([10, 11, 12, 13]), np.array([12]), 1, 1).tolist()
    [[0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]
    """
    days = np.asarray(days, dtype=int)
    holidays = np.asarray(holidays, dtype=int)
    shifts = range(-before, after + 1)
    return np.column_stack([np.isin(days, holidays + shift) for shift in shifts]).astype(float)


def select_arima(
    y_train: np.ndarray, grid: dict[str, int]
) -> tuple[tuple[int, ...], float, list[tuple[int, ...]]]:
    """Choose the order of a seasonal ARIMA by its AICc on the training series.

    AICc compares models of the *same* series, so the differences are fixed before the search. Take
    ``grid["d"]`` differences at lag 1 and ``grid["D"]`` at lag ``grid["m"]``. Then try every model
    of the grid on what remains. If ``d`` and ``D`` are both 0, every model has a constant. If a
    difference was taken, no model has one. The AICc of a model is the ``aicc`` of statsmodels'
    ``ARIMA(...).fit()``.

    Parameters
    ----------
    y_train : ndarray, shape (n_days,)
        Oldest first. Numbers may be of any type. It is left as it is.
    grid : dict of str to int
        The largest ``p``, ``q``, ``P`` and ``Q``; the numbers of differences ``d`` and ``D``; the
        season ``m``, at least 2. At least one model of the grid can be fitted.

    Returns
    -------
    order : tuple of int
        ``(p, d, q, P, D, Q, m)`` of the model with the lowest AICc; of equals, any one.
    aicc : float
        Its AICc.
    failed : list of tuple of int
        The orders, written likewise, whose fit raised an error or gave no finite AICc. They may
        come in any sequence. They are passed over, and do not end the search.

    Examples
    --------
    Each day is about -0.8 times the day before.

    >>> y = np.array([1.0, -0.7, 0.4, -0.5, 0.6, -0.3, 0.1, 0.2, -0.4, 0.5, -0.6, 0.2, -0.1, 0.3])
    >>> order, aicc, failed = select_arima(
    ...     y, {"p": 1, "d": 0, "q": 0, "P": 0, "D": 0, "Q": 0, "m": 7}
    ... )
    >>> order
    (1, 0, 0, 0, 0, 0, 7)
    """
    d, D, m = grid["d"], grid["D"], grid["m"]
    z = np.diff(np.asarray(y_train, dtype=float), d)
    for _ in range(D):
        z = z[m:] - z[:-m]
    best: tuple[int, ...] = ()
    lowest = np.inf
    failed: list[tuple[int, ...]] = []
    for p in range(grid["p"] + 1):
        for q in range(grid["q"] + 1):
            for P in range(grid["P"] + 1):
                for Q in range(grid["Q"] + 1):
                    order = (p, d, q, P, D, Q, m)
                    aicc = _aicc(z, order, constant=d + D == 0)
                    if not np.isfinite(aicc):
                        failed.append(order)
                    elif aicc < lowest:
                        best, lowest = order, aicc
    return best, lowest, failed


def _aicc(z: np.ndarray, order: tuple[int, ...], constant: bool) -> float:
    """AICc of a model of a series that has been differenced; infinite where it cannot be fitted."""
    p, _, q, P, _, Q, m = order
    season = (P, 0, Q, m) if P or Q else (0, 0, 0, 0)
    try:
        with warnings.catch_warnings(action="ignore"):
            model = ARIMA(z, order=(p, 0, q), seasonal_order=season, trend="c" if constant else "n")
            aicc = float(model.fit(cov_type="none").aicc)
    except (ValueError, IndexError, ZeroDivisionError, np.linalg.LinAlgError):
        return np.inf
    return aicc if np.isfinite(aicc) else np.inf


def forecast_sales(history: np.ndarray, horizon: int) -> np.ndarray:
    """Forecast daily sales of departments, with intervals that hold four days in five.

    The series are simulated from departments of a real supermarket: the weekly pattern, the level
    and the size of the surprises are real; the order of the surprises is drawn at random. Each
    series is in units of its own. Your forecasts are judged by two numbers over all columns. One is
    the mean of `mase` with seasons of 7 days. The other is the mean *interval score* (Gneiting and
    Raftery 2007): take the width of the interval, add 10 times the distance by which a day lies
    outside it, and divide the sum by the scale of `mase`. Intervals that are too wide lose points,
    and so do intervals that miss. Points rise from the scores of a baseline; 60 % of the way from
    there to the reference's scores earns all points. The baseline forecasts each day as the mean
    of the last four days with its weekday.

    Parameters
    ----------
    history : ndarray, shape (n_days, n_series)
        Daily sales, oldest first, above 0; whole weeks, at least 16 of them and 24 in marking.
        Columns may begin on different weekdays. It is left as it is.
    horizon : int
        Days to forecast, at most 28, and 28 in marking.

    Returns
    -------
    forecast : ndarray, shape (horizon, n_series, 3)
        The forecast, and the lower and the upper end of an 80 % interval, for each day and column.

    Examples
    --------
    >>> history = np.random.default_rng(0).uniform(90, 110, (112, 2))
    >>> forecast_sales(history, 28).shape
    (28, 2, 3)
    """
    logs = np.log(np.asarray(history, dtype=float))
    settings = itertools.product((0.02, 0.05, 0.1, 0.2, 0.4), (0.02, 0.05, 0.1, 0.2))
    forecasts = [_smoothed(logs, alpha, gamma, horizon) for alpha, gamma in settings]
    # Eight weeks to settle. From then on each day is an origin, and what was missed is known.
    origins = range(56, len(logs) - horizon + 1)
    ahead = np.array([logs[o : o + horizon] for o in origins])
    missed = [ahead - each[origins.start : origins.stop] for each in forecasts]
    # One setting for all columns: chosen column by column it would follow luck.
    best = min(range(len(missed)), key=lambda k: np.abs(missed[k]).mean())
    low, high = np.quantile(missed[best], [0.1, 0.9], axis=(0, 1))
    centre = forecasts[best][-1]
    return np.exp(np.stack([centre, centre + low, centre + high], axis=2))


def _smoothed(logs: np.ndarray, alpha: float, gamma: float, horizon: int) -> np.ndarray:
    """What `holt_winters` forecasts from each origin, of all columns at once.

    The result is of shape (n_days + 1, horizon, n_series); before the first season has passed it
    holds zeros.
    """
    forecasts = np.zeros((len(logs) + 1, horizon, logs.shape[1]))
    level = logs[:7].mean(axis=0)
    season = logs[:7] - level
    for t in range(7, len(logs) + 1):
        forecasts[t] = level + season[(t + np.arange(horizon)) % 7]
        if t < len(logs):
            day, old = logs[t], level
            level = alpha * (day - season[t % 7]) + (1 - alpha) * old
            season[t % 7] = gamma * (day - old) + (1 - gamma) * season[t % 7]
    return forecasts
