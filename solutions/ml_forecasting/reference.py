"""Forecasting with regression: features, direct and pooled forecasts, intervals, and what to order.

Sources: Ben Taieb, Bontempi, Atiya and Sorjamaa, "A review and comparison of strategies for
multi-step ahead time series forecasting" (Expert Systems with Applications, 2012), for direct
forecasts; Montero-Manso and Hyndman, "Principles and algorithms for forecasting groups of time
series" (International Journal of Forecasting, 2021), for one model for all series; Bates and
Granger, "The combination of forecasts" (Operational Research Quarterly, 1969), for weights by past
error; Koenker and Bassett, "Regression quantiles" (Econometrica, 1978), for the pinball loss; Vovk,
Gammerman and Shafer, "Algorithmic Learning in a Random World" (2005), for conformal intervals;
Arrow, Harris and Marschak, "Optimal inventory policy" (Econometrica, 1951), for the order quantity.
"""

from collections.abc import Callable

import numpy as np


def break_blend(defect: str) -> tuple[list[int], int, int]:
    """Return a series on which a back-test of a blend with one known defect gives another error.

    The correct ``backtest(y, window, h)`` works as follows. The last ``h`` days are the test. The
    ``h`` days before them are for validation. The origin of each block is its first day. From an
    origin there are two forecasts, each the same for all ``h`` days: the last day before the
    origin, and the mean of the last ``window`` days before it. A blend is ``w`` times the mean plus
    ``1 - w`` times the last day. Of 0, 1/4, 1/2, 3/4 and 1 the back-test takes the ``w`` whose mean
    absolute error on the days of validation is least, and the smallest of equals. The result is the
    mean absolute error of the blend with this ``w`` on the days of the test.

    Parameters
    ----------
    defect : str
        One of

        - ``"window_ends_at_target"``: in both blocks the mean is of the ``window`` days that end
          with the day to forecast;
        - ``"window_moves_on"``: in both blocks the mean is of the ``window`` days before the day to
          forecast, of which some come after the origin;
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
        Oldest first. Days are numbered from 0, and the weekday of day ``t`` is ``t % 7``. Numbers
        may be of any type, narrow integers included. It is left as it is.
    o : int
        The origin: the number of the first day that is not known, at least 28. ``y`` may end there.
        What it holds from there on, NaN included, must make no difference.
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

    Your test is tried on right implementations, each written differently, and on thirteen wrong
    ones, each with one planted mistake. It must accept every right one and reject all thirteen. An
    exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(y, o, h)``, with the contract of `origin_features`: give it arrays.

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

    The model for ``h`` days ahead learns from earlier origins ``p``. Its inputs are
    ``origin_features(y, p, h)`` and its targets ``y[p + h - 1]``, for every ``p`` from 28 on whose
    target comes before ``o``. The forecast is what it says of ``origin_features(y, o, h)``.

    Parameters
    ----------
    make_model : callable
        ``make_model()`` gives a new model, with ``fit(X, t)`` and ``predict(X)`` as in
        scikit-learn. Each model is fitted once.
    y : ndarray, shape (n_days,)
        Oldest first. It may end at the origin. What it holds from there on, NaN included, must make
        no difference. It is left as it is.
    o : int
        The origin: the number of the first day to forecast, at least ``28 + H``.
    H : int
        Days to forecast.

    Returns
    -------
    forecast : ndarray of float, shape (H,)
        For days ``o`` to ``o + H - 1``, as the models say. A forecast may be below 0, because the
        series may be one of logarithms.

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


def pooled_forecast(make_model: Callable, Y: np.ndarray, o: int, H: int) -> np.ndarray:
    """Forecast several series with one model, which learns from all of them.

    The series differ in size and in their week, so the model sees neither. It learns *relative*
    logarithms: the logarithm of a day less its base. The base of a day depends on the origin ``p``.
    Take the same series, and the last eight days before ``p`` that have the weekday of this day.
    The base is the mean of their eight logarithms.

    One row of training belongs to a series, an earlier origin ``p`` and a distance ``h``. Its
    inputs are eight numbers: for each of the seven days before ``p``, the latest first, its
    logarithm less its base; then ``h``. Its target is the logarithm of day ``p + h - 1`` less the
    base of that day. There is a row for every series, every ``p`` from 56 on and every ``h`` from 1
    to ``H`` whose target comes before ``o``.

    Parameters
    ----------
    make_model : callable
        ``make_model()`` gives a new model, with ``fit(X, t)`` and ``predict(X)`` as in
        scikit-learn. One model is fitted, once.
    Y : ndarray, shape (n_days, n_series)
        Sales above 0, oldest first. The weekday of day ``t`` is ``t % 7``. Y may end at the origin.
        What it holds from there on, NaN included, must make no difference. It is left as it is.
    o : int
        The origin: the number of the first day to forecast, at least ``56 + H``.
    H : int
        Days to forecast. There may be more than 7.

    Returns
    -------
    forecast : ndarray of float, shape (H, n_series)
        In the unit of each series: what the model says from origin ``o``, with the base put back.

    Examples
    --------
    Two series that never change. Their relative logarithms are all 0, so a model that forecasts the
    mean of its targets gives 5 and 50 back.

    >>> from sklearn.dummy import DummyRegressor
    >>> Y = np.tile([5.0, 50.0], (60, 1))
    >>> pooled_forecast(DummyRegressor, Y, 60, 2).round(6).tolist()
    [[5.0, 50.0], [5.0, 50.0]]
    """
    logs = np.log(np.asarray(Y, dtype=float)[:o])

    def seen_from(p):
        """The base of the days ahead, and the inputs of every series without the distance."""
        weeks = logs[p - 56 : p].reshape(8, 7, -1)
        base = weeks.mean(axis=0)
        return base, (weeks[-1] - base)[::-1].T

    rows, targets = [], []
    for p in range(56, o):
        base, inputs = seen_from(p)
        for h in range(1, min(H, o - p) + 1):
            rows.append(np.column_stack([inputs, np.full(len(inputs), h)]))
            targets.append(logs[p + h - 1] - base[(h - 1) % 7])
    model = make_model()
    model.fit(np.concatenate(rows), np.concatenate(targets))

    base, inputs = seen_from(o)
    said = [
        model.predict(np.column_stack([inputs, np.full(len(inputs), h)])) for h in range(1, H + 1)
    ]
    return np.exp(base[np.arange(H) % 7] + np.array(said))


def inverse_mse_weights(preds: dict[str, np.ndarray], y_val: np.ndarray) -> dict[str, float]:
    """Weigh forecasters by how well they did in validation.

    The arguments are left as they are.

    Parameters
    ----------
    preds : dict of str to ndarray of float, shape (n_days,)
        What each forecaster said of the days of validation.
    y_val : ndarray of float, shape (n_days,)
        What happened. NaN on days when the shop was closed: they are left out. At least one day was
        open. Neither argument is changed.

    Returns
    -------
    weights : dict of str to float
        Proportional to 1 over the mean squared error of each forecaster, with a sum of 1. If some
        forecasters made no error, they share all weight equally and the others get 0. An error may
        be as small as 1e-155. Then 1 over its square is infinite, and the weights are right all the
        same.

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
    least = min(mse.values())
    # Over the least error: 1 / error is infinite where an error is tiny, and this is at most 1.
    merit = {name: least / error if error > 0 else 1.0 for name, error in mse.items()}
    total = sum(merit.values())
    return {name: value / total for name, value in merit.items()}


def pinball_loss(y: np.ndarray, f: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Mean pinball loss of forecasts of quantiles.

    A forecast of the quantile ``q`` should lie above the truth with probability ``q``. So a high
    quantile pays little for each unit that it lies too high, and much for each unit that it lies
    too low. The price of a unit too low is ``q``, and both prices add up to 1.

    Parameters
    ----------
    y : ndarray, shape (n_days,)
        What was sold. NaN on days when the shop was closed: they are left out. Numbers may be of
        any type, narrow unsigned integers included. It is left as it is.
    f : ndarray, shape (n_days, n_quantiles)
        What was forecast, a column for each quantile. On a closed day it may be anything, NaN
        included. It is left as it is.
    q : ndarray, shape (n_quantiles,)
        The quantiles, above 0 and below 1, in any order.

    Returns
    -------
    loss : ndarray of float, shape (n_quantiles,)
        For each quantile the mean over open days; NaN if no day was open.

    Examples
    --------
    The quantile 0.9 lies 2 too low on one day and 1 too high on the other: (0.9 x 2 + 0.1 x 1) / 2.

    >>> y = np.array([10.0, 10.0])
    >>> pinball_loss(y, np.array([[8.0], [11.0]]), np.array([0.9])).round(6).tolist()
    [0.95]
    """
    y, f, q = (np.asarray(values, dtype=float) for values in (y, f, q))
    opened = ~np.isnan(y)
    if not opened.any():
        return np.full(len(q), np.nan)
    short = y[opened, None] - f[opened]
    return np.where(short > 0, q * short, (q - 1) * short).mean(axis=0)


def conformal_interval(
    y_past: np.ndarray, f_past: np.ndarray, f_new: np.ndarray, level: float
) -> np.ndarray:
    """Intervals around any forecast, from what it missed before (split conformal prediction).

    The score of a past day is the absolute error as a share of the forecast. If past scores and the
    new one are exchangeable, each rank of the new score among all of them is equally likely. So one
    can tell how often the new score is at most the k-th smallest past score, whatever the
    distribution. The radius is the smallest past score that the new one does not exceed with a
    probability of at least ``level``. If even the largest past score is not enough, the radius is
    infinite.

    Parameters
    ----------
    y_past, f_past : ndarray, shape (n_days,)
        Sales and forecasts of days that the forecaster had not seen. ``y_past`` is NaN on days when
        the shop was closed: they are left out, whatever the forecast. Forecasts are above 0.
        Neither is changed.
    f_new : ndarray, shape (h,)
        Forecasts of the days to come, above 0. It is left as it is.
    level : float
        At least 0.01 and below 1. It is a decimal, so 0.28 of 25 ranks are 7 exactly. In floating
        point the product may be a little more: round it to nine decimals, then compare it with
        ranks.

    Returns
    -------
    interval : ndarray of float, shape (h, 2)
        Lower and upper ends: each forecast less, and plus, the radius times itself. Sales are not
        below 0, so no lower end is.

    Examples
    --------
    Scores of 0.3, 0.1, 0.4 and 0.2. The new score has five equally likely ranks, so it is at most
    the largest of the four with probability 4 / 5.

    >>> y_past, f_past = np.array([13.0, 9.0, 14.0, 12.0]), np.full(4, 10.0)
    >>> conformal_interval(y_past, f_past, np.array([100.0]), 0.8).round(6).tolist()
    [[60.0, 140.0]]
    >>> conformal_interval(y_past, f_past, np.array([100.0]), 0.9).tolist()
    [[0.0, inf]]
    """
    y_past, f_past, f_new = (np.asarray(a, dtype=float) for a in (y_past, f_past, f_new))
    opened = ~np.isnan(y_past)
    scores = np.sort(np.abs(y_past[opened] - f_past[opened]) / f_past[opened])
    rank = int(np.ceil(np.round((len(scores) + 1) * level, 9)))
    radius = scores[rank - 1] if rank <= len(scores) else np.inf
    return np.column_stack([np.maximum(f_new - radius * f_new, 0), f_new + radius * f_new])


def order_quantity(samples: np.ndarray, cu: float, co: float) -> float:
    """How much to order when demand is uncertain (the newsvendor's problem).

    A unit too few costs ``cu``, the margin that was lost. A unit too many costs ``co``, what it
    takes to write it off. The right order is the one with the least mean cost over the samples.

    Parameters
    ----------
    samples : ndarray, shape (n_samples,)
        Demands that may come, equally likely, in any order. At least one. Numbers may be of any
        type. They are left as they are.
    cu, co : float
        Cost of a unit too few and too many, above 0. They are decimals, so 0.01 and 0.06 ask for
        one seventh of the samples exactly. Round the number of samples to cover to nine decimals
        before you compare it with a whole number. If it rounds to 0, order the smallest sample.

    Returns
    -------
    quantity : float
        One of the samples: the smallest that has the least mean cost.

    Examples
    --------
    A unit too few costs three times as much as a unit too many. At 30 the mean cost is
    (3 x 10 + 10 + 20) / 4 = 15; at 20 it is 25, and at 40 it is 15 as well.

    >>> order_quantity(np.array([40, 10, 20, 30]), cu=3, co=1)
    30.0
    >>> order_quantity(np.array([40, 10, 20, 30]), cu=1, co=3)
    10.0
    """
    ordered = np.sort(np.asarray(samples, dtype=float))
    # One unit more pays until the samples up to the order are the share cu / (cu + co) of all.
    covered = int(np.ceil(np.round(len(ordered) * cu / (cu + co), 9)))
    return float(ordered[max(covered, 1) - 1])


def order_departments(
    history: np.ndarray, horizon: int, cu: np.ndarray, co: np.ndarray
) -> np.ndarray:
    """Say how much to order for every department and day, in money.

    The series are simulated from departments of a real supermarket: the weekly pattern, the level
    and the size of the surprises are real; the order of the surprises is drawn at random. We take
    these sales as the demand. The score of a department is what the orders would have cost in lost
    margin and write-offs, in cents for each USD sold. Your score is the mean over departments, and
    lower is better. Points rise from the score of a baseline; 80 % of the way from there to the
    reference's score earns all points. The baseline orders, on every day, the right quantile of
    the last eight weeks. The reference orders the mean of four same weekdays, times the right
    quantile of a ratio: actual sales divided by such a mean, on earlier days.

    Parameters
    ----------
    history : ndarray, shape (n_days, n_departments)
        Daily sales, oldest first, above 0; whole weeks, at least 8 of them and 24 in marking.
        Columns may begin on different weekdays, and each is in a unit of its own. It is left as it
        is.
    horizon : int
        Days to order for, 14 in marking. All orders are placed on the first morning.
    cu, co : ndarray, shape (n_departments,)
        What a unit too few and a unit too many cost, above 0. Departments differ: some lose more by
        an empty shelf, others by what they throw away.

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
