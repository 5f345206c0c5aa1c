"""Forecasting with regression: features as of the origin, direct forecasts, and what to order.

Sources: Ben Taieb, Bontempi, Atiya and Sorjamaa, "A review and comparison of strategies for
multi-step ahead time series forecasting" (Expert Systems with Applications, 2012), for direct
forecasts; Bates and Granger, "The combination of forecasts" (Operational Research Quarterly, 1969),
for weights by past error; Arrow, Harris and Marschak, "Optimal inventory policy" (Econometrica,
1951), for the order quantity.
"""

from collections.abc import Callable

import numpy as np
from sklearn.tree import DecisionTreeRegressor


def break_blend(defect: str) -> tuple[list[int], int, int]:
    """Return a series on which a back-test of a blend with one known defect gives another error.

    The correct ``backtest(y, window, h)`` forecasts ``h`` days from an origin in two ways: the last
    day before the origin, for all of them; and the mean of the last ``window`` days before it, for
    all of them. The last ``h`` days are the test, the ``h`` days before are for validation, and the
    origin of each is its first day. A blend is ``w`` times the mean plus ``1 - w`` times the last
    day; ``w`` is the one of 0, 1/4, 1/2, 3/4 and 1 with the least mean absolute error on the days
    of validation, the smallest of equals. The result is the mean absolute error of the blend with
    this ``w`` on the days of the test.

    Parameters
    ----------
    defect : str
        One of

        - ``"window_ends_at_target"``: the mean is of the ``window`` days that end with the day to
          forecast;
        - ``"window_moves_on"``: the mean is of the ``window`` days before the day to forecast, of
          which some come after the origin;
        - ``"weight_from_test"``: the weight is chosen on the days of the test;
        - ``"shuffled_validation"``: in validation the mean is of the ``window`` days before the
          origin together with the ``h`` days of the test, as if the order of days did not matter;
        - ``"stale_origin"``: the test is forecast from the origin of validation;
        - ``"validation_reported"``: the result is the blend's error in validation.

    Returns
    -------
    y : list of int
        At most 20 days, each from 0 to 99; at least ``window + 2 * h`` of them.
    window : int
        From 1 to 7.
    h : int
        From 1 to 7.

    Examples
    --------
    >>> y, window, h = break_blend("weight_from_test")
    >>> len(y) >= window + 2 * h
    True
    """
    return [5, 1, 8, 0, 2, 2, 5, 3], 3, 2


def origin_features(y: np.ndarray, o: int, h: int) -> np.ndarray:
    """What is known at an origin about a day that comes later.

    Parameters
    ----------
    y : ndarray, shape (n_days,)
        Oldest first. Days are numbered from 0, and the weekday of day ``t`` is ``t % 7``.
    o : int
        The origin: the number of the first day that is not known, at least 28. ``y`` may end there,
        and what it holds from there on must make no difference.
    h : int
        How far ahead, at least 1. The target is day ``o + h - 1``, so the day ``o`` itself is
        one day ahead.

    Returns
    -------
    features : ndarray of float, shape (16,)
        In this order: the 7 days before the origin, the latest first; the latest *known* day that
        has the weekday of the target; the mean of the 28 days before the origin; seven zeros with a
        1 at the weekday of the target.

    Examples
    --------
    Day t sold t. From origin 28, two days ahead: the target is day 29, whose weekday is 1. The
    latest known day with that weekday is 22.

    >>> features = origin_features(np.arange(28), 28, 2)
    >>> features[:7].tolist()
    [27.0, 26.0, 25.0, 24.0, 23.0, 22.0, 21.0]
    >>> features[7:9].tolist()
    [22.0, 13.5]
    >>> features[9:].tolist()
    [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    known = np.asarray(y, dtype=float)[:o]
    weekday = (o + h - 1) % 7
    same_weekday = known[weekday::7][-1]
    return np.concatenate(
        [known[-7:][::-1], [same_weekday, known[-28:].mean()], np.eye(7)[weekday]]
    )


def kill_features(fn: Callable) -> bool:
    """Test an implementation of `origin_features`: True if it is right, False if it is wrong.

    Your test is tried on right implementations, each written differently, and on nine wrong ones,
    each with one planted mistake. It must accept every right one and reject at least eight of the
    nine. An exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(y, o, h)``, with the contract of `origin_features`.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> kill_features(origin_features)
    True
    >>> kill_features(lambda y, o, h: np.zeros(16))
    False
    """
    y = np.arange(60.0) ** 2
    rewritten = np.where(np.arange(60) < 40, y, 1e6)
    for h in (1, 3, 7, 8, 15):
        features = fn(y, 40, h)
        target = 40 + h - 1
        same_weekday = max(day for day in range(40) if day % 7 == target % 7)
        expected = [*y[39:32:-1], y[same_weekday], y[12:40].mean()]
        expected += [float(day == target % 7) for day in range(7)]
        if not np.allclose(features, expected):
            return False
        if not np.allclose(fn(rewritten, 40, h), expected):
            return False
    return True


def direct_forecast(make_model: Callable, y: np.ndarray, o: int, H: int) -> np.ndarray:
    """Forecast ``H`` days from an origin, each with a model of its own.

    The model for ``h`` days ahead learns from all pairs of an earlier origin ``p`` and its target,
    ``origin_features(y, p, h)`` and ``y[p + h - 1]``: all with ``p`` from 28 on whose target comes
    before ``o``. It is then given ``origin_features(y, o, h)``.

    Parameters
    ----------
    make_model : callable
        ``make_model()`` gives a new model, with ``fit(X, t)`` and ``predict(X)`` as in
        scikit-learn. Each model is fitted once.
    y : ndarray, shape (n_days,)
        Oldest first. It may end at the origin, and what it holds from there on must make no
        difference.
    o : int
        The origin: the number of the first day to forecast, at least ``28 + H``.
    H : int
        Days to forecast.

    Returns
    -------
    forecast : ndarray of float, shape (H,)
        For days ``o`` to ``o + H - 1``, as the models say, be it below 0: the series may be one of
        logarithms, or what a line leaves.

    Examples
    --------
    The model forecasts the mean of its targets. From origin 31 the targets one day ahead are days
    28, 29 and 30; two days ahead they are days 29 and 30.

    >>> from sklearn.dummy import DummyRegressor
    >>> direct_forecast(DummyRegressor, np.arange(31), 31, 2).tolist()
    [29.0, 29.5]
    """
    forecast = []
    for h in range(1, H + 1):
        origins = range(28, o - h + 1)
        X = np.array([origin_features(y, p, h) for p in origins])
        targets = np.array([float(y[p + h - 1]) for p in origins])
        model = make_model()
        model.fit(X, targets)
        forecast.append(float(model.predict(origin_features(y, o, h)[None])[0]))
    return np.array(forecast)


def detrended_tree(y: np.ndarray, o: int, H: int) -> np.ndarray:
    """Forecast with a straight line, and a tree for what the line leaves.

    A tree answers with means of what it has seen, so it never forecasts more than the largest day
    of its training. The line does what the tree cannot.

    Parameters
    ----------
    y : ndarray, shape (n_days,)
        Oldest first. It may end at the origin, and what it holds from there on must make no
        difference.
    o : int
        The origin: the number of the first day to forecast, at least ``28 + H`` and large enough
        for the tree below to have days to learn from.
    H : int
        Days to forecast.

    Returns
    -------
    forecast : ndarray of float, shape (H,)
        The line through the days before ``o``, by least squares, continued to days ``o`` to
        ``o + H - 1``; plus `direct_forecast` of the days before ``o`` less the line, with
        ``DecisionTreeRegressor(max_depth=3, min_samples_leaf=5, random_state=0)``.

    Examples
    --------
    Each day sells 2 more than the day before. The largest day before the origin sold 98; the next
    three sell

    >>> detrended_tree(np.arange(0, 100, 2), 50, 3).round(6).tolist()
    [100.0, 102.0, 104.0]
    """
    past = np.asarray(y, dtype=float)[:o]
    slope, level = np.polyfit(np.arange(o), past, 1)
    left_over = past - (level + slope * np.arange(o))

    def small_tree():
        return DecisionTreeRegressor(max_depth=3, min_samples_leaf=5, random_state=0)

    line = level + slope * np.arange(o, o + H)
    return line + direct_forecast(small_tree, left_over, o, H)


def inverse_mse_weights(preds: dict[str, np.ndarray], y_val: np.ndarray) -> dict[str, float]:
    """Weigh forecasters by how well they did in validation.

    Parameters
    ----------
    preds : dict of str to ndarray, shape (n_days,)
        What each forecaster said of the days of validation.
    y_val : ndarray, shape (n_days,)
        What happened. NaN on days when the shop was closed: they are left out.

    Returns
    -------
    weights : dict of str to float
        Proportional to 1 over the mean squared error of each forecaster, with a sum of 1. A
        forecaster without any error shares all weight equally with others like it; the rest get 0.

    Examples
    --------
    Squared errors of 1 and of 4 on both days: weights of 1 and 1/4, over their sum.

    >>> preds = {"a": np.array([9.0, 11.0]), "b": np.array([12.0, 12.0])}
    >>> inverse_mse_weights(preds, np.array([10.0, 10.0]))
    {'a': 0.8, 'b': 0.2}
    """
    truth = np.asarray(y_val, dtype=float)
    mse = {
        k: float(np.nanmean((np.asarray(f, dtype=float) - truth) ** 2)) for k, f in preds.items()
    }
    if min(mse.values()) == 0:
        merit = {name: float(error == 0) for name, error in mse.items()}
    else:
        merit = {name: 1 / error for name, error in mse.items()}
    return {name: value / sum(merit.values()) for name, value in merit.items()}


def order_quantity(samples: np.ndarray, cu: float, co: float) -> float:
    r"""How much to order when demand is uncertain (the newsvendor's problem).

    A unit too few costs ``cu``, the margin that was lost; a unit too many costs ``co``, what it
    takes to write it off. The mean cost over the samples is least at the smallest sample ``q`` with

    .. math:: \frac{\#\{\text{samples} \le q\}}{\#\text{samples}} \ge \frac{c_u}{c_u + c_o}.

    Parameters
    ----------
    samples : ndarray, shape (n_samples,)
        Demands that may come, equally likely, in any order. At least one. They are left as they
        are.
    cu, co : float
        Cost of a unit too few and too many, above 0.

    Returns
    -------
    quantity : float
        One of the samples.

    Examples
    --------
    A unit too few costs three times as much: three quarters of the samples must be covered.

    >>> order_quantity(np.array([40, 10, 20, 30]), cu=3, co=1)
    30.0
    >>> order_quantity(np.array([40, 10, 20, 30]), cu=1, co=3)
    10.0
    """
    ordered = np.sort(np.asarray(samples, dtype=float))
    covered = np.arange(1, len(ordered) + 1)
    # Products instead of ratios: 7 / 10 of 10 samples is 7 of them, in floats too.
    return float(ordered[np.argmax(covered * (cu + co) >= cu * len(ordered))])


def order_departments(
    history: np.ndarray, horizon: int, cu: np.ndarray, co: np.ndarray
) -> np.ndarray:
    """Say how much to order for every department and day, in money.

    The history is of real departments of a supermarket, and what they sold is taken for what was
    wanted. For each department the cost is what the orders would have cost in lost margin and
    write-offs, as a share of its sales; your score is the mean over departments, in cents for each
    USD sold, and lower is better. Points rise from a baseline, which orders the mean of the last
    four same weekdays, to the reference, which orders that mean times a quantile of what it missed
    before.

    Parameters
    ----------
    history : ndarray, shape (n_days, n_departments)
        Daily sales, oldest first, above 0; whole weeks, 24 of them in marking. Columns may begin on
        different weekdays, and each is in a currency of its own. It is left as it is.
    horizon : int
        Days to order for, 14 in marking. All orders are placed on the first morning.
    cu, co : ndarray, shape (n_departments,)
        What goods for 1 USD too few and too many cost, in USD, above 0. Departments differ: some
        lose more by an empty shelf, others by what they throw away.

    Returns
    -------
    orders : ndarray, shape (horizon, n_departments)
        0 or more.

    Examples
    --------
    >>> history = np.random.default_rng(0).uniform(90, 110, (84, 2))
    >>> orders = order_departments(history, 14, np.array([0.9, 0.1]), np.array([0.1, 0.9]))
    >>> orders.shape, bool((orders[:, 0] > orders[:, 1]).all())
    ((14, 2), True)
    """
    history = np.asarray(history, dtype=float)

    def weekday_mean(o):
        return np.resize(history[o - 28 : o].reshape(4, 7, -1).mean(axis=0), (horizon, len(cu)))

    origins = range(len(history) - horizon, 27, -7)
    ratios = np.concatenate([history[o : o + horizon] / weekday_mean(o) for o in origins])
    factors = [order_quantity(*each) for each in zip(ratios.T, cu, co, strict=True)]
    return weekday_mean(len(history)) * factors
