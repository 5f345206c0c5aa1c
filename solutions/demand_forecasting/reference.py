"""Demand forecasting without networks: baselines, differences, autoregression, ARIMA.

Sources: Hyndman and Koehler, "Another look at measures of forecast accuracy" (International Journal
of Forecasting, 2006), for MASE; Hyndman and Khandakar, "Automatic time series forecasting: the
forecast package for R" (Journal of Statistical Software, 2008), for the stepwise search; Gneiting
and Raftery, "Strictly proper scoring rules" (JASA, 2007), for the interval score.
"""

import warnings
from collections.abc import Callable

import numpy as np
from scipy.optimize import leastsq
from scipy.signal import lfilter
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.innovations.arma_innovations import arma_innovations


def break_backtest(defect: str) -> tuple[list[int], int, int]:
    """Return a series on which a back-test with one known defect gives another error.

    The correct ``backtest(y, p, n_test)`` makes a row of every ``p`` days in a row, with the day
    after them as its target. The last ``n_test`` rows are the test, the others are for training.
    The model forecasts the target as the last day of the row plus the average rise from last day to
    target over the training rows. The result is the mean absolute error over the test rows.

    Parameters
    ----------
    defect : str
        One of

        - ``"rows_side_by_side"``: the next row begins where the last one ended;
        - ``"target_a_day_late"``: the target is the day after the next;
        - ``"test_trained_on"``: the average rise is taken over the test rows too;
        - ``"judged_on_training"``: the error is that of the training rows;
        - ``"first_day_for_last"``: the model starts from the first day of the row;
        - ``"errors_cancel"``: errors are averaged with their signs, and the sign dropped then.

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


def make_windows(y: np.ndarray, p: int, h: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Turn a series into rows of a regression.

    Parameters
    ----------
    y : ndarray, shape (n_days,)
        Oldest first. It is left as it is.
    p : int
        How many days a row holds, at least 1.
    h : int
        How many days the target lies after the last day of its row, at least 1.

    Returns
    -------
    X : ndarray, shape (n_days - p - h + 1, p)
        Every ``p`` days in a row that have a target, oldest first in the row and among rows. No
        rows, but ``p`` columns, where ``y`` is too short.
    t : ndarray, shape (n_days - p - h + 1,)
        The targets.

    Examples
    --------
    >>> X, t = make_windows(np.array([1, 2, 3, 4, 5]), p=2)
    >>> X.tolist(), t.tolist()
    ([[1, 2], [2, 3], [3, 4]], [3, 4, 5])
    >>> X, t = make_windows(np.array([1, 2, 3, 4, 5]), p=2, h=2)
    >>> X.tolist(), t.tolist()
    ([[1, 2], [2, 3]], [4, 5])
    """
    y = np.asarray(y)
    n_rows = max(0, len(y) - p - h + 1)
    first = np.arange(n_rows)[:, None]
    return y[first + np.arange(p)], y[p + h - 1 :][:n_rows]


def seasonal_naive(y: np.ndarray, m: int, h: int) -> np.ndarray:
    """Forecast each day as the same day of the last season.

    Parameters
    ----------
    y : ndarray, shape (n_days,)
        Oldest first, at least ``m`` days.
    m : int
        Days in a season: 7 for a week.
    h : int
        Days to forecast. There may be more of them than a season has.

    Returns
    -------
    forecast : ndarray, shape (h,)

    Examples
    --------
    >>> seasonal_naive(np.array([9, 1, 2, 3]), m=3, h=5).tolist()
    [1, 2, 3, 1, 2]
    """
    y = np.asarray(y)
    return y[len(y) - m + np.arange(h) % m]


def mase(y_true: np.ndarray, y_pred: np.ndarray, y_train: np.ndarray, m: int) -> float:
    r"""Mean absolute scaled error.

    .. math:: \mathrm{MASE} = \frac{\frac1h \sum_t |y_t - \hat y_t|}
              {\frac{1}{n - m} \sum_{t > m} |y_t - y_{t - m}|}

    The scale is the error that forecasting each day of the *training* series as the day ``m``
    before would have made. Below 1 is better than that (Hyndman and Koehler 2006).

    Parameters
    ----------
    y_true, y_pred : ndarray, shape (h,)
        What happened and what was forecast.
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

    Your test is tried on right implementations, each written differently, and on eight wrong ones,
    each with one planted mistake. It must accept every right one and reject at least seven of the
    eight. An exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(y_true, y_pred, y_train, m)``, with the contract of `mase`.

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


def difference(y: np.ndarray, d: int = 1, m: int = 1) -> np.ndarray:
    """Differences at lag ``m``, taken ``d`` times.

    Parameters
    ----------
    y : ndarray, shape (n_days,)
        Oldest first. It is left as it is.
    d : int
        How often, 0 or more. With 0 the series comes back.
    m : int
        The lag: 1 takes out a trend, 7 a weekly season.

    Returns
    -------
    changes : ndarray, shape (max(0, n_days - d * m),)

    Examples
    --------
    >>> difference(np.array([1, 4, 9, 16])).tolist()
    [3, 5, 7]
    >>> difference(np.array([1, 4, 9, 16]), d=2).tolist()
    [2, 2]
    >>> difference(np.array([1, 4, 9, 16]), m=2).tolist()
    [8, 12]
    """
    y = np.asarray(y)
    for _ in range(d):
        y = y[m:] - y[:-m]
    return y


def inverse_difference(changes: np.ndarray, history: np.ndarray, m: int = 1) -> np.ndarray:
    """Turn forecast changes at lag ``m`` back into levels.

    Parameters
    ----------
    changes : ndarray, shape (h,)
        Forecasts of ``y[t] - y[t - m]`` for the days after ``history``.
    history : ndarray, shape (n_days,)
        The series so far, oldest first, at least ``m`` days.
    m : int
        The lag.

    Returns
    -------
    levels : ndarray, shape (h,)
        Each day is its change on top of the day ``m`` before, which may be a forecast itself.

    Examples
    --------
    After 10 and 20 with m = 2: 10 + 1, then 20 + 2, then 11 + 3.

    >>> inverse_difference(np.array([1, 2, 3]), np.array([5, 10, 20]), m=2).tolist()
    [11, 22, 14]
    """
    levels = list(np.asarray(history)[-m:])
    for change in changes:
        levels.append(levels[-m] + change)
    return np.array(levels[m:])


def ar_fit(y: np.ndarray, p: int) -> np.ndarray:
    """Fit an autoregression of order ``p`` by least squares.

    Parameters
    ----------
    y : ndarray, shape (n_days,)
        Oldest first.
    p : int
        How many days back the model looks, at least 1.

    Returns
    -------
    coef : ndarray, shape (1 + p,)
        The intercept, then the weight of yesterday, of the day before it, and so on.

    Examples
    --------
    Each day is 1 plus half of the day before.

    >>> ar_fit(np.array([10.0, 6.0, 4.0, 3.0, 2.5]), p=1).round(6).tolist()
    [1.0, 0.5]
    """
    X, t = make_windows(np.asarray(y, dtype=float), p)
    design = np.column_stack([np.ones(len(X)), X[:, ::-1]])
    return np.linalg.lstsq(design, t, rcond=None)[0]


def ar_forecast(coef: np.ndarray, history: np.ndarray, h: int) -> np.ndarray:
    """Forecast ``h`` days with an autoregression, each day from the days before it.

    Parameters
    ----------
    coef : ndarray, shape (1 + p,)
        As `ar_fit` gives it.
    history : ndarray, shape (n_days,)
        The series so far, oldest first, at least ``p`` days. It is left as it is.
    h : int
        Days to forecast.

    Returns
    -------
    forecast : ndarray, shape (h,)
        From the second day on a forecast stands in for a day that has not come yet.

    Examples
    --------
    From 8: 1 + 8 / 2 = 5, then 1 + 5 / 2 = 3.5.

    >>> ar_forecast(np.array([1.0, 0.5]), np.array([3.0, 8.0]), h=2).tolist()
    [5.0, 3.5]
    """
    intercept, weights = coef[0], np.asarray(coef[1:])
    days = [float(day) for day in history[-len(weights) :]]
    for _ in range(h):
        days.append(float(intercept + weights @ days[: -len(weights) - 1 : -1]))
    return np.array(days[len(weights) :])


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
        Oldest first. It is left as it is.
    fit_predict : callable
        ``fit_predict(history, h)`` forecasts the ``h`` days after ``history``.
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
    return [
        (origin, float(np.abs(y[origin : origin + h] - fit_predict(y[:origin], h)).mean()))
        for origin in range(start, len(y) - h + 1, step)
    ]


def select_arima(
    y_train: np.ndarray, grid: dict[str, int]
) -> tuple[tuple[int, ...], float, list[tuple[int, ...]]]:
    """Choose the order of a seasonal ARIMA by its AICc on the training series.

    AICc compares models of the *same* series, so the differences are fixed before the search: take
    ``grid["d"]`` differences at lag 1 and ``grid["D"]`` at lag ``grid["m"]``, and fit to what
    remains models without differences, each with a constant when nothing was differenced and
    without one otherwise. A model's AICc is the ``aicc`` of statsmodels' ``ARIMA(...).fit()``.

    Parameters
    ----------
    y_train : ndarray, shape (n_days,)
        Oldest first.
    grid : dict of str to int
        The largest ``p``, ``q``, ``P`` and ``Q``; the fixed ``d`` and ``D``; the season ``m``, at
        least 2.

    Returns
    -------
    order : tuple of int
        ``(p, d, q, P, D, Q, m)`` of the best model that was found.
    aicc : float
        Its AICc.
    failed : list of tuple of int
        The orders, written likewise, that were tried and whose fit raised an error or gave no
        finite AICc. They are passed over, and do not end the search.

    Notes
    -----
    The reference searches stepwise (Hyndman and Khandakar 2008): it starts from four small models,
    then goes to a better neighbour, one step in one or two of the orders, until there is none. On
    the way it compares models at weights found by least squares, which is quick, and fits the
    first three by likelihood. A search of the whole grid is right too: what counts is an order
    whose AICc is no more than 2 above the reference's, and whose neighbours, one step up or down in
    one of p, q, P and Q, have all been tried.

    Examples
    --------
    The series jumps to and fro, each day about -0.8 times the day before.

    >>> y = np.array([1.0, -0.7, 0.4, -0.5, 0.6, -0.3, 0.1, 0.2, -0.4, 0.5, -0.6, 0.2, -0.1, 0.3])
    >>> order, aicc, failed = select_arima(
    ...     y, {"p": 1, "d": 0, "q": 0, "P": 0, "D": 0, "Q": 0, "m": 7}
    ... )
    >>> order
    (1, 0, 0, 0, 0, 0, 7)
    """
    d, D, m = grid["d"], grid["D"], grid["m"]
    z = difference(difference(np.asarray(y_train, dtype=float), d), D, m)
    constant = d + D == 0
    bounds = [grid[name] for name in ("p", "q", "P", "Q")]
    quick: dict[tuple[int, ...], float] = {}

    def best_of(orders):
        for order in orders:
            allowed = all(0 <= part <= most for part, most in zip(order, bounds, strict=True))
            if allowed and order not in quick:
                quick[order] = _quick_aicc(z, order, m, constant)
        return min(quick, key=lambda order: (quick[order], order))

    best, previous = best_of([(0, 0, 0, 0), (1, 0, 1, 0), (0, 1, 0, 1), (2, 2, 1, 1)]), None
    while best != previous:
        best, previous = best_of(_neighbours(best)), best

    failed = [order for order, aicc in quick.items() if aicc == np.inf]
    exact: dict[tuple[int, ...], float] = {}
    for order in sorted(quick.keys() - set(failed), key=lambda order: (quick[order], order)):
        # The quick AICc is off by a little: the first place among three goes by the exact one.
        if len(exact) < 3:
            aicc = _aicc(z, order, m, constant)
            failed.append(order) if aicc == np.inf else exact.update({order: aicc})
    best = min(exact, key=lambda order: (exact[order], order))

    def full(order):
        p, q, P, Q = order
        return (p, d, q, P, D, Q, m)

    return full(best), exact[best], [full(order) for order in failed]


def _neighbours(order: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Orders one step away: in one part, or in p and q or P and Q together."""
    one = np.eye(4, dtype=int)
    steps = [*one, one[0] + one[1], one[2] + one[3]]
    return [tuple((order + sign * step).tolist()) for step in steps for sign in (1, -1)]


def _aicc(z: np.ndarray, order: tuple[int, ...], m: int, constant: bool) -> float:
    """AICc of a model without differences; infinite where it cannot be fitted."""
    p, q, P, Q = order
    season = (P, 0, Q, m) if P or Q else (0, 0, 0, 0)
    try:
        with warnings.catch_warnings(action="ignore"):
            model = ARIMA(z, order=(p, 0, q), seasonal_order=season, trend="c" if constant else "n")
            aicc = float(model.fit(cov_type="none").aicc)
    except (ValueError, IndexError, ZeroDivisionError, np.linalg.LinAlgError):
        return np.inf
    return aicc if np.isfinite(aicc) else np.inf


def _quick_aicc(z: np.ndarray, order: tuple[int, ...], m: int, constant: bool) -> float:
    """AICc at weights found by least squares, at a tenth of the cost of the best weights."""
    p, q, P, Q = order
    n, k = len(z), sum(order) + 1 + constant
    # Where a lag is in both parts, its two weights cannot be told apart.
    if n <= k + 1 or (P and p >= m) or (Q and q >= m):
        return np.inf
    z = z - z.mean() * constant
    ar, ma = _fit_filter(z, order, m)
    errors, variances = arma_innovations(z, -ar[1:], ma[1:], sigma2=1.0)
    fit = n * np.log(2 * np.pi * np.e * np.mean(errors**2 / variances)) + np.log(variances).sum()
    aicc = float(fit + 2 * k + 2 * k * (k + 1) / (n - k - 1))
    return aicc if np.isfinite(aicc) else np.inf


def _fit_filter(z: np.ndarray, order: tuple[int, ...], m: int) -> tuple[np.ndarray, np.ndarray]:
    """The AR and the MA polynomial whose one-step errors have the least sum of squares.

    ``lfilter(ar, ma, z)`` are the errors, with nothing before the first day.
    """

    def errors(x: np.ndarray) -> np.ndarray:
        return lfilter(*_polynomials(x, order, m), z)

    # From one start alone the search ends, now and then, where AR and MA cancel.
    starts = [np.repeat(parts, order) for parts in ([0.3, 0, 0.3, 0], [0, 0.3, 0, 0.3])]
    ends = [leastsq(errors, start)[0] if len(start) else start for start in starts]
    return _polynomials(min(ends, key=lambda x: float((errors(x) ** 2).sum())), order, m)


def _polynomials(x: np.ndarray, order: tuple[int, ...], m: int) -> tuple[np.ndarray, np.ndarray]:
    """AR and MA polynomials that are stationary and invertible whatever the numbers in ``x``.

    Weights of order p come from p partial autocorrelations between -1 and 1 (Monahan 1984).
    """
    p, q, P, Q = (
        np.append(1.0, -_stable(0.99 * np.tanh(part)))
        for part in np.split(x, np.cumsum(order)[:-1])
    )
    return np.convolve(p, _spread_out(P, m)), np.convolve(q, _spread_out(Q, m))


def _stable(partial: np.ndarray) -> np.ndarray:
    """Weights of a stationary autoregression from partial autocorrelations."""
    weights = np.zeros(0)
    for last in partial:
        weights = np.append(weights - last * weights[::-1], last)
    return weights


def _spread_out(polynomial: np.ndarray, m: int) -> np.ndarray:
    """The polynomial in steps of a season."""
    seasonal = np.zeros((len(polynomial) - 1) * m + 1)
    seasonal[::m] = polynomial
    return seasonal


def forecast_sales(history: np.ndarray, horizon: int) -> np.ndarray:
    """Forecast daily sales of departments, with intervals that hold four days in five.

    The history is of real departments of a supermarket, each in units of its own. Your forecasts
    are judged by two numbers over all columns: the mean of `mase` with seasons of 7 days, and the
    mean *interval score* (Gneiting and Raftery 2007), the width of the interval plus 10 times the
    distance by which a day lies outside it, in units of the scale of `mase`. Intervals that are too
    wide lose as much as intervals that miss. Points rise from a mean of the last four weeks to the
    reference.

    Parameters
    ----------
    history : ndarray, shape (n_days, n_series)
        Daily sales, oldest first, above 0; at least 8 whole weeks. Columns may begin on different
        weekdays.
    horizon : int
        Days to forecast, 28 in marking.

    Returns
    -------
    forecast : ndarray, shape (horizon, n_series, 3)
        The forecast, and the lower and the upper end of an 80 % interval, for each day and column.

    Examples
    --------
    >>> history = np.random.default_rng(0).uniform(90, 110, (56, 2))
    >>> forecast_sales(history, 28).shape
    (28, 2, 3)
    """
    columns = [_log_sarima(series, horizon) for series in np.asarray(history, dtype=float).T]
    return np.stack(columns, axis=1)


def _log_sarima(series: np.ndarray, horizon: int) -> np.ndarray:
    """SARIMA(1,0,1)(0,1,1) with seasons of 7 days, on logs: sales vary by a share of themselves."""
    logs = np.log(series)
    changes = difference(logs, 1, 7)
    ar, ma = _fit_filter(changes, (1, 1, 0, 1), 7)
    errors = lfilter(ar, ma, changes)
    # The filter turned round makes the changes out of the errors; those to come are 0 on average.
    ahead = lfilter(ma, ar, np.append(errors, np.zeros(horizon)))[-horizon:]
    centre = inverse_difference(ahead, logs, 7)
    # What an error of 1 today does to the days ahead, the seasonal sum included.
    response = lfilter(
        ma, np.convolve(ar, _spread_out(np.array([1.0, -1.0]), 7)), np.eye(horizon)[0]
    )
    spread = np.sqrt(errors.var() * np.cumsum(response**2))
    # Nine in ten of a normal distribution lie below 1.2816 of its standard deviations.
    return np.exp(centre[:, None] + np.outer(spread, [0.0, -1.2816, 1.2816]))
