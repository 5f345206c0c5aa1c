"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import numpy as np
from scipy import stats
from sklearn.tree import DecisionTreeRegressor

from solutions.ml_forecasting import reference

# ---- break_blend ----------------------------------------------------------------------------

# Each back-test differs from the correct one by one decision, so that each is one mistake.


def _backtest(defect, y, window, h):
    test, validation = len(y) - h, len(y) - 2 * h

    def mean_way(origin, day):
        if defect == "window_ends_at_target":
            return y[day - window + 1 : day + 1]
        if defect == "window_moves_on":
            return y[day - window : day]
        if defect == "shuffled_validation" and origin == validation:
            return y[origin - window : origin] + y[test:]
        return y[origin - window : origin]

    def error(w, first, origin):
        missed = []
        for day in range(first, first + h):
            seen = mean_way(origin, day)
            blend = w * sum(seen) / len(seen) + (1 - w) * y[origin - 1]
            missed.append(abs(y[day] - blend))
        return sum(missed) / h

    as_of_test = (test, validation if defect == "stale_origin" else test)
    as_of_validation = (validation, validation)
    chosen_on = as_of_test if defect == "weight_from_test" else as_of_validation
    weights = (0, 0.25, 0.5, 0.75, 1)
    best = min(weights, key=lambda w: (round(error(w, *chosen_on), 9), w))
    return error(best, *(as_of_validation if defect == "validation_reported" else as_of_test))


def correct(y, window, h):
    """The back-test without a defect, by the same steps as the flawed ones."""
    return _backtest(None, y, window, h)


def window_ends_at_target(y, window, h):
    """The mean contains the very day that it forecasts."""
    return _backtest("window_ends_at_target", y, window, h)


def window_moves_on(y, window, h):
    """The mean of the second day contains the first, which has not come yet."""
    return _backtest("window_moves_on", y, window, h)


def weight_from_test(y, window, h):
    """The weight was fitted to the days that judge it."""
    return _backtest("weight_from_test", y, window, h)


def shuffled_validation(y, window, h):
    """In validation the mean knows days that come later."""
    return _backtest("shuffled_validation", y, window, h)


def stale_origin(y, window, h):
    """The last days that were known are not used."""
    return _backtest("stale_origin", y, window, h)


def validation_reported(y, window, h):
    """The error is that of the days on which the weight was chosen."""
    return _backtest("validation_reported", y, window, h)


FLAWED = {
    function.__name__: function
    for function in (
        window_ends_at_target,
        window_moves_on,
        weight_from_test,
        shuffled_validation,
        stale_origin,
        validation_reported,
    )
}


def every_day_alike(defect):
    """On a series that never changes every forecast is right, from any origin and with any
    window.
    """
    return [7] * 12, 3, 2


def one_day_ahead(defect):
    """With ``h = 1`` the window has no day after the origin to move on to."""
    return [9, 40, 3, 8, 20, 1, 60, 5, 30, 11, 70], 3, 1


def window_of_one_day(defect):
    """With ``window = 1`` the mean is the last day, so any weight gives the same blend."""
    return [9, 40, 3, 8, 20, 1, 60, 5, 30, 11, 70], 1, 2


def too_few_days(defect):
    """Two blocks of ``h`` days and a window before them do not fit into the series."""
    return [9, 40, 3, 8, 20], 3, 2


def days_out_of_range(defect):
    """Days are whole numbers from 0 to 99."""
    return [9, 40, 3, 8, 20, 1, 600, 5, 30, 11, 70], 3, 2


def series_alone(defect):
    """Return all three: the series, ``window`` and ``h``."""
    return [9, 40, 3, 8, 20, 1, 60, 5, 30, 11, 70]


# ---- origin_features ------------------------------------------------------------------------

# The planted ones differ from the right one by one mistake each; `kill_features` is judged on them.


def _features(y, o, h, lags=None, same=None, mean=None, weekday=None):
    right = reference.origin_features(y, o, h)
    return np.concatenate(
        [
            right[:7] if lags is None else lags,
            [right[7] if same is None else same, right[8] if mean is None else mean],
            right[9:] if weekday is None else np.eye(7)[weekday % 7],
        ]
    )


def origin_peeked_at(y, o, h):
    """The first lag is the day of the origin, which is not known yet."""
    return _features(y, o, h, lags=y[o : o - 7 : -1])


def lags_before_target(y, o, h):
    """Those are the days before the *target*: two days ahead, one of them has not come yet."""
    target = o + h - 1
    return _features(y, o, h, lags=y[target - 7 : target][::-1])


def mean_includes_origin(y, o, h):
    """The window ends with the day of the origin: a rolling mean needs a shift before it is a
    feature.
    """
    return _features(y, o, h, mean=np.mean(y[o - 27 : o + 1]))


def week_before_target(y, o, h):
    """From eight days ahead on, the day a week before the target has not come yet."""
    return _features(y, o, h, same=y[o + h - 8])


def lags_oldest_first(y, o, h):
    """The lags are turned round: the latest day comes first."""
    return _features(y, o, h, lags=y[o - 7 : o])


def weekday_of_origin(y, o, h):
    """The 1 stands at the weekday of the origin: the model must know which day it forecasts."""
    return _features(y, o, h, weekday=o)


def weekday_of_day_after(y, o, h):
    """The 1 stands one weekday too late: ``h = 1`` is the day ``o`` itself."""
    return _features(y, o, h, weekday=o + h)


def same_weekday_as_origin(y, o, h):
    """That is the weekday of the origin, a week ago: take the weekday of the target."""
    return _features(y, o, h, same=y[o - 7])


def mean_of_all_days(y, o, h):
    """The mean is of all days before the origin. That of the last 28 follows the level."""
    return _features(y, o, h, mean=np.mean(y[:o]))


PLANTED_FEATURES = {
    function.__name__: function
    for function in (
        origin_peeked_at,
        lags_before_target,
        mean_includes_origin,
        week_before_target,
        lags_oldest_first,
        weekday_of_origin,
        weekday_of_day_after,
        same_weekday_as_origin,
        mean_of_all_days,
    )
}


def a_week_too_old(y, o, h):
    """There is a later day with that weekday before the origin."""
    same = reference.origin_features(y[:-7] if len(y) == o else y, o - 7, h)[7]
    return _features(y, o, h, same=same)


def weekday_as_a_number(y, o, h):
    """The weekday is one number, so a linear model has to rise or to fall through the week: give
    each weekday a column of its own.
    """
    return np.append(reference.origin_features(y, o, h)[:9], (o + h - 1) % 7)


# ---- kill_features --------------------------------------------------------------------------


def _expected(y, o, h):
    return reference.origin_features(y, o, h)


def accepts_everything(fn):
    """Your test accepts everything: compare with values that you worked out by hand."""
    return True


def rejects_everything(fn):
    """Your test rejects right answers too. Do you count weekdays from day 0, and days ahead
    from 1?
    """
    return False


def one_day_ahead_only(fn):
    """One day ahead the days before the target *are* the days before the origin, and their
    weekdays agree: try other horizons too.
    """
    y = np.arange(60.0) ** 2
    return bool(np.allclose(fn(y, 41, 1), _expected(y, 41, 1)))


def future_rewritten_only(fn):
    """That finds who peeks, but not who computes something else: check values too."""
    y = np.arange(60.0) ** 2
    rewritten = np.where(np.arange(60) < 41, y, 1e6)
    return all(np.allclose(fn(y, 41, h), fn(rewritten, 41, h)) for h in (1, 3, 9))


def lags_only(fn):
    """You look at the lags alone: there are nine more features."""
    y = np.arange(60.0) ** 2
    return bool(np.allclose(np.asarray(fn(y, 41, 3))[:7], y[40:33:-1]))


# ---- direct_forecast ------------------------------------------------------------------------


def _fitted(make_model, y, h, pairs):
    X = np.array([features for features, _ in pairs])
    model = make_model()
    model.fit(X, np.array([float(target) for _, target in pairs]))
    return model


def _pairs(y, o, h):
    origins = range(28, o - h + 1)
    return [(reference.origin_features(y, p, h), y[p + h - 1]) for p in origins]


def _ask(model, features):
    return float(model.predict(features[None])[0])


def trained_past_origin(make_model, y, o, H):
    """The models learn from targets at and after the origin: those days have not come yet."""
    forecast = []
    for h in range(1, H + 1):
        pairs = _pairs(y, max(o, min(len(y), o + h - 1)), h)
        model = _fitted(make_model, y, h, pairs)
        forecast.append(_ask(model, reference.origin_features(y, o, h)))
    return np.array(forecast)


def last_pair_missing(make_model, y, o, H):
    """The last pair is missing: the day before the origin is a target too."""
    forecast = []
    for h in range(1, H + 1):
        pairs = _pairs(y, o, h)
        model = _fitted(make_model, y, h, pairs[:-1] or pairs)
        forecast.append(_ask(model, reference.origin_features(y, o, h)))
    return np.array(forecast)


def model_of_one_day_ahead(make_model, y, o, H):
    """One model, which learned one day ahead, forecasts all days: each distance needs its own."""
    model = _fitted(make_model, y, 1, _pairs(y, o, 1))
    return np.array([_ask(model, reference.origin_features(y, o, h)) for h in range(1, H + 1)])


def forecast_fed_back(make_model, y, o, H):
    """That is the recursive way: one model, and forecasts stand in for days. Here each day has a
    model of its own, which sees only what is known.
    """
    model, days = _fitted(make_model, y, 1, _pairs(y, o, 1)), [float(day) for day in y[:o]]
    for _ in range(H):
        days.append(_ask(model, reference.origin_features(np.array(days), len(days), 1)))
    return np.array(days[o:])


def truth_fed_back(make_model, y, o, H):
    """The origin moves on with the forecast, so the model is told the days that it should
    forecast.
    """
    model = _fitted(make_model, y, 1, _pairs(y, o, 1))
    padded = np.append(np.asarray(y, dtype=float), np.zeros(H))
    return np.array([_ask(model, reference.origin_features(padded, o + k, 1)) for k in range(H)])


def asked_about_training(make_model, y, o, H):
    """Each model is asked about the last row that it was trained on: ask about the origin."""
    forecast = []
    for h in range(1, H + 1):
        pairs = _pairs(y, o, h)
        forecast.append(_ask(_fitted(make_model, y, h, pairs), pairs[-1][0]))
    return np.array(forecast)


def same_model_again(make_model, y, o, H):
    """One model object is fitted again and again: some go on from where they were. Make a new one
    for each day.
    """
    model = make_model()
    return reference.direct_forecast(lambda: model, y, o, H)


def targets_a_day_late(make_model, y, o, H):
    """The targets are a day too late: ``h = 1`` is the day of the origin itself."""
    forecast = []
    for h in range(1, H + 1):
        pairs = [
            (reference.origin_features(y, p, h), y[min(p + h, o - 1)]) for p in range(28, o - h + 1)
        ]
        model = _fitted(make_model, y, h, pairs)
        forecast.append(_ask(model, reference.origin_features(y, o, h)))
    return np.array(forecast)


def features_without_distance(make_model, y, o, H):
    """The features are always those of one day ahead: the weekday is that of another day."""
    forecast = []
    for h in range(1, H + 1):
        origins = range(28, o - h + 1)
        pairs = [(reference.origin_features(y, p, 1), y[p + h - 1]) for p in origins]
        model = _fitted(make_model, y, h, pairs)
        forecast.append(_ask(model, reference.origin_features(y, o, 1)))
    return np.array(forecast)


def nothing_below_zero(make_model, y, o, H):
    """Forecasts below 0 were cut off. Sales are never below 0, but their logarithms may be, and so
    may what a line leaves of them.
    """
    return np.maximum(reference.direct_forecast(make_model, y, o, H), 0)


# ---- detrended_tree -------------------------------------------------------------------------


def _small_tree():
    return DecisionTreeRegressor(max_depth=3, min_samples_leaf=5, random_state=0)


def _line(y, o):
    slope, level = np.polyfit(np.arange(o), np.asarray(y, dtype=float)[:o], 1)
    return lambda days: level + slope * np.asarray(days)


def _tree_of_rest(y, o, H, line):
    past = np.asarray(y, dtype=float)[:o]
    return reference.direct_forecast(_small_tree, past - line(np.arange(o)), o, H)


def tree_alone(y, o, H):
    """That is the tree alone: it never forecasts more than it has seen."""
    return reference.direct_forecast(_small_tree, y, o, H)


def line_alone(y, o, H):
    """That is the line alone: the week is missing, which is what the tree is for."""
    return _line(y, o)(np.arange(o, o + H))


def line_of_all_days(y, o, H):
    """The line was drawn through days that have not come yet."""
    line = _line(y, len(y))
    return line(np.arange(o, o + H)) + _tree_of_rest(y, o, H, line)


def line_not_added_back(y, o, H):
    """That forecasts what the line leaves: add the line."""
    return _tree_of_rest(y, o, H, _line(y, o))


def line_stops_at_origin(y, o, H):
    """The line goes on after the origin: each day has its own point on it."""
    line = _line(y, o)
    return line(np.full(H, o - 1)) + _tree_of_rest(y, o, H, line)


def line_a_day_early(y, o, H):
    """The line is a day early: the first day to forecast is day ``o``."""
    line = _line(y, o)
    return line(np.arange(o - 1, o + H - 1)) + _tree_of_rest(y, o, H, line)


def tree_of_the_series(y, o, H):
    """The tree learned the series itself, so the level is there twice: give it what the line
    leaves.
    """
    return _line(y, o)(np.arange(o, o + H)) + tree_alone(y, o, H)


def line_of_four_weeks(y, o, H):
    """The line is drawn through the last four weeks: a few noisy days turn it. Take all days before
    the origin.
    """
    slope, level = np.polyfit(np.arange(o - 28, o), np.asarray(y, dtype=float)[o - 28 : o], 1)

    def line(days):
        return level + slope * np.asarray(days)

    return line(np.arange(o, o + H)) + _tree_of_rest(y, o, H, line)


def forecast_of_zero_at_least(y, o, H):
    """Forecasts below 0 were cut off: the series may be one of logarithms."""
    return np.maximum(reference.detrended_tree(y, o, H), 0)


# ---- inverse_mse_weights --------------------------------------------------------------------


def _share(merit):
    total = sum(merit.values())
    return {name: float(value / total) for name, value in merit.items()}


def _mse(preds, y_val):
    truth = np.asarray(y_val, dtype=float)
    return {k: float(np.nanmean((np.asarray(f) - truth) ** 2)) for k, f in preds.items()}


def _where_defined(preds, y_val, merit):
    """The right answer where a forecaster is perfect, so that the mistake is one alone."""
    if min(_mse(preds, y_val).values()) == 0:
        return reference.inverse_mse_weights(preds, y_val)
    return _share(merit())


def equal_weights(preds, y_val):
    """Everybody gets the same. That is a good baseline, but it is not what was asked."""
    return dict.fromkeys(preds, 1 / len(preds))


def larger_error_larger_weight(preds, y_val):
    """The worst forecaster gets the most weight."""
    mse = _mse(preds, y_val)
    if sum(mse.values()) == 0:
        return equal_weights(preds, y_val)
    return _share(mse)


def winner_takes_all(preds, y_val):
    """Only the best gets weight: then there is no blend, and the luck of validation decides."""
    mse = _mse(preds, y_val)
    return _share({name: float(error == min(mse.values())) for name, error in mse.items()})


def inverse_rmse(preds, y_val):
    """Those are roots: weigh by the mean *squared* error."""
    return _where_defined(preds, y_val, lambda: {k: e**-0.5 for k, e in _mse(preds, y_val).items()})


def inverse_mae(preds, y_val):
    """Those are absolute errors: weigh by the mean *squared* error."""
    truth = np.asarray(y_val, dtype=float)
    return _where_defined(
        preds,
        y_val,
        lambda: {k: 1 / np.nanmean(np.abs(np.asarray(f) - truth)) for k, f in preds.items()},
    )


def inverse_variance(preds, y_val):
    """A forecaster that is always too high by the same amount has no variance, but an error."""
    truth = np.asarray(y_val, dtype=float)
    return _where_defined(
        preds, y_val, lambda: {k: 1 / np.nanvar(np.asarray(f) - truth) for k, f in preds.items()}
    )


def not_scaled_to_one(preds, y_val):
    """The weights do not add up to 1, so the blend is on another scale than its parts."""
    mse = _mse(preds, y_val)
    if min(mse.values()) == 0:
        return reference.inverse_mse_weights(preds, y_val)
    return {name: 1 / error for name, error in mse.items()}


def closed_day_sold_nothing(preds, y_val):
    """A closed day is taken for a day that sold 0, and the worst error of all is everybody's."""
    return reference.inverse_mse_weights(preds, np.nan_to_num(np.asarray(y_val, dtype=float)))


def closed_day_spreads(preds, y_val):
    """One closed day makes every weight NaN."""
    if np.isnan(np.asarray(y_val, dtype=float)).any():
        return dict.fromkeys(preds, float("nan"))
    return reference.inverse_mse_weights(preds, y_val)


def perfect_divides_by_zero(preds, y_val):
    """A forecaster without error is divided by 0, and NaN comes out."""
    if min(_mse(preds, y_val).values()) == 0:
        return dict.fromkeys(preds, float("nan"))
    return reference.inverse_mse_weights(preds, y_val)


# ---- order_quantity -------------------------------------------------------------------------


def mean_demand(samples, cu, co):
    """That is the mean demand, whatever it costs to be wrong."""
    return float(np.mean(samples))


def median_demand(samples, cu, co):
    """That covers half of the cases, which is best only where both costs are equal."""
    return reference.order_quantity(samples, 1, 1)


def costs_swapped(samples, cu, co):
    """The costs are swapped. Where it costs more to be short, more should be ordered."""
    return reference.order_quantity(samples, co, cu)


def normal_demand(samples, cu, co):
    """A normal distribution with this mean and spread is another demand: this one is skewed, and
    cannot be below 0.
    """
    return float(stats.norm.ppf(cu / (cu + co), np.mean(samples), np.std(samples) or 1e-9))


def between_samples(samples, cu, co):
    """The quantile was interpolated between two samples: take the smallest sample that covers
    enough.
    """
    return float(np.quantile(samples, cu / (cu + co)))


def next_sample_up(samples, cu, co):
    """Where the samples cover the share exactly, that is one too far."""
    place = int(cu / (cu + co) * len(samples) + 1e-9)
    return float(np.sort(samples)[min(place, len(samples) - 1)])


def one_sample_short(samples, cu, co):
    """That sample covers less than the share that is asked for: the next one does."""
    ordered = np.sort(samples)
    place = int(np.ceil(cu / (cu + co) * len(samples) - 1e-9)) - 2
    return float(ordered[max(place, 0)])


def samples_as_they_come(samples, cu, co):
    """The samples are not sorted."""
    place = int(np.ceil(cu / (cu + co) * len(samples) - 1e-9)) - 1
    return float(np.asarray(samples)[place])


def ratio_of_costs(samples, cu, co):
    """The share to cover is ``cu / (cu + co)``, not one cost over the other."""
    return float(np.quantile(samples, min(1.0, cu / co), method="inverted_cdf"))


# ---- order_departments ----------------------------------------------------------------------


def _weeks(history, n):
    history = np.asarray(history, dtype=float)
    return history[-7 * n :].reshape(n, 7, -1)


def mean_of_four_weeks(history, horizon, cu, co):
    """That orders the mean demand, whatever it costs to be short or to throw away. It is the
    baseline.
    """
    return np.resize(_weeks(history, 4).mean(axis=0), (horizon, len(cu)))


def mean_of_eight_weeks(history, horizon, cu, co):
    """That is a forecast of demand. What to order depends on the costs as well."""
    return np.resize(_weeks(history, 8).mean(axis=0), (horizon, len(cu)))


def departments_costs_swapped(history, horizon, cu, co):
    """You order much where throwing away is dear, and little where an empty shelf is."""
    return reference.order_departments(history, horizon, co, cu)


def always_a_reserve(history, horizon, cu, co):
    """A reserve on top is right where an empty shelf is dear; elsewhere it is thrown away."""
    return mean_of_four_weeks(history, horizon, cu, co) * 1.2


def one_policy_for_all(history, horizon, cu, co):
    """All departments are ordered for at the same mean costs, and each has its own."""
    same = np.ones(len(cu))
    return reference.order_departments(history, horizon, same * np.mean(cu), same * np.mean(co))


def share_of_the_mean(history, horizon, cu, co):
    """The mean was multiplied by the share to cover. A share is a place among the demands that may
    come, not a factor.
    """
    share = np.asarray(cu) / (np.asarray(cu) + np.asarray(co))
    return 2 * share * mean_of_four_weeks(history, horizon, cu, co)


def days_and_departments_swapped(history, horizon, cu, co):
    """The shape is days, departments: one order for each, days down and departments across."""
    return reference.order_departments(history, horizon, cu, co).T
