"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from __future__ import annotations

import numpy as np
from scipy import stats

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
    """Every flawed back-test gives the same error as the right one on your series. This happens if
    the days never change, or if they repeat a short pattern. Take days without a pattern.
    """
    return [7] * 12, 3, 2


def every_day_alike__to_and_fro(defect):
    return [10, 30] * 6, 2, 2


def a_steady_rise(defect):
    """Three defects cannot be seen. If each day rises by the same, both blocks are alike, and the
    last day is the better forecast in both.
    """
    return list(range(10, 22)), 3, 2


def same_weight_chosen(defect):
    """A wrong choice of the weight gives the same error as the right one. Find days on which
    validation asks for another weight than what the flawed back-test looks at.
    """
    return [18, 11, 13, 72, 97, 92, 66, 96, 87, 1, 11], 3, 2


def same_weight_chosen__shuffled(defect):
    return [26, 42, 53, 65, 44, 14, 93, 69, 4, 81, 73], 3, 2


def a_week_that_repeats(defect):
    """The series repeats itself every ``window`` days, so the mean of a window is the same wherever
    it ends, and several defects cannot be seen. Take days without a pattern.
    """
    return [10, 40, 20] * 5, 3, 2


def one_day_ahead(defect):
    """The window that moves on gives the right error. This is so with ``h = 1``, where it has no
    day to move on to, and where the best weight is 0, so that the mean is not used.
    """
    return [41, 85, 82, 11, 0, 10, 36, 10, 7, 25, 65], 3, 1


def one_day_ahead__weights_alike(defect):
    return [3, 40, 8, 66, 12, 30, 5, 62, 20, 7, 55, 9], 3, 1


def one_day_ahead__weight_of_test(defect):
    return [0, 30, 98, 26, 50, 86, 63, 88, 16, 51, 63], 3, 1


def one_day_ahead__weight_of_shuffled(defect):
    return [27, 66, 52, 95, 56, 92, 96, 74, 62, 86, 99], 3, 1


def window_of_one_day(defect):
    """The choice of the weight makes no difference. With ``window = 1`` the mean is the last day,
    so any weight gives the same blend.
    """
    return [3, 40, 8, 66, 12, 30, 5, 62, 20, 7, 55, 9], 1, 2


def too_few_days(defect):
    """Two blocks of ``h`` days and a window before them do not fit into the series."""
    return [9, 40, 3, 8, 20], 3, 2


def too_many_days(defect):
    """The first value is not a list of at most 20 days."""
    return [9, 40, 3, 8, 20, 1, 60] * 3, 3, 2


def days_out_of_range(defect):
    """Days are whole numbers from 0 to 99."""
    return [9, 40, 3, 8, 20, 1, 600, 5, 30, 11, 70], 3, 2


def not_three_values(defect):
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
    """Your first lag is the day of the origin, which is not known yet."""
    return _features(y, o, h, lags=y[o : o - 7 : -1])


def lags_before_target(y, o, h):
    """Those are the days before the *target*: two days ahead, one of them has not come yet."""
    target = o + h - 1
    return _features(y, o, h, lags=y[target - 7 : target][::-1])


def mean_includes_origin(y, o, h):
    """Your window ends with the day of the origin: a rolling mean needs a shift before it is a
    feature.
    """
    return _features(y, o, h, mean=np.mean(y[o - 27 : o + 1]))


def week_before_target(y, o, h):
    """From eight days ahead on, the day a week before the target has not come yet."""
    return _features(y, o, h, same=y[o + h - 8])


def lags_oldest_first(y, o, h):
    """Your lags are turned round. The latest day must come first."""
    return _features(y, o, h, lags=y[o - 7 : o])


def weekday_of_origin(y, o, h):
    """Your 1 stands at the weekday of the origin: the model must know which day it forecasts."""
    return _features(y, o, h, weekday=o)


def weekday_of_day_after(y, o, h):
    """Your 1 stands one weekday too late: ``h = 1`` is the day ``o`` itself."""
    return _features(y, o, h, weekday=o + h)


def same_weekday_as_origin(y, o, h):
    """That is the weekday of the origin, a week ago: take the weekday of the target."""
    return _features(y, o, h, same=y[o - 7])


def mean_of_all_days(y, o, h):
    """Your mean is of all days before the origin. Take the last 28: their mean follows the
    level.
    """
    return _features(y, o, h, mean=np.mean(y[:o]))


def week_before_target_if_known(y, o, h):
    """From eight days ahead on, the day a week before the target is not known yet. You took the
    last known day in its place, which has another weekday.
    """
    return _features(y, o, h, same=y[min(o + h - 8, o - 1)])


def counted_from_the_end(y, o, h):
    """You counted days from the end of ``y``. It may go on after the origin, so count from the
    origin.
    """
    return _features(y, o, h, mean=np.mean(np.asarray(y[-28:], dtype=float)))


def counted_from_the_end__lags(y, o, h):
    return _features(y, o, h, lags=np.asarray(y[-7:], dtype=float)[::-1])


def counted_from_the_end__both(y, o, h):
    y = np.asarray(y, dtype=float)
    return _features(y, o, h, lags=y[-7:][::-1], mean=y[-28:].mean())


def counted_from_the_end__weekday(y, o, h):
    return _features(y, o, h, weekday=len(y) + h - 1)


def counted_from_the_end__same_weekday_too(y, o, h):
    y = np.asarray(y, dtype=float)
    same = y[(o + h - 1) % 7 :: 7][-1]
    return _features(y, o, h, lags=y[-7:][::-1], same=same, mean=y[-28:].mean())


def weekday_counted_from_origin(y, o, h):
    """Your 1 tells how many days ahead the target is. Count weekdays from day 0 of ``y``."""
    return _features(y, o, h, weekday=h - 1)


def weekday_counted_from_origin__one_later(y, o, h):
    return _features(y, o, h, weekday=h)


def two_weeks_at_most(y, o, h):
    """More than two weeks ahead, the day two weeks before the target has not come yet either."""
    back = 7 if h <= 7 else 14
    return _features(y, o, h, same=y[o + h - 1 - back])


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
        week_before_target_if_known,
        two_weeks_at_most,
        counted_from_the_end,
        weekday_counted_from_origin,
    )
}


def target_of_the_day_after(y, o, h):
    """You took the target for day ``o + h``. It is day ``o + h - 1``: ``h = 1`` is the origin
    itself.
    """
    same = np.asarray(y, dtype=float)[:o][(o + h) % 7 :: 7][-1]
    return _features(y, o, h, same=same, weekday=o + h)


def target_of_the_day_after__in_the_known_day(y, o, h):
    return _features(y, o, h, same=np.asarray(y, dtype=float)[:o][(o + h) % 7 :: 7][-1])


def latest_day_left_out(y, o, h):
    """The day before the origin is known, and you left it out."""
    return _features(y, o, h, lags=np.asarray(y, dtype=float)[o - 8 : o - 1][::-1])


def latest_day_left_out__of_the_mean(y, o, h):
    return _features(y, o, h, mean=np.mean(np.asarray(y, dtype=float)[max(0, o - 29) : o - 1]))


def latest_day_left_out__of_both(y, o, h):
    y = np.asarray(y, dtype=float)
    mean = np.mean(y[max(0, o - 29) : o - 1])
    return _features(y, o, h, lags=y[o - 8 : o - 1][::-1], mean=mean)


def mean_of_a_week(y, o, h):
    """Your mean is not that of the last 28 days. They must all count, whatever their weekday."""
    return _features(y, o, h, mean=np.mean(np.asarray(y, dtype=float)[o - 7 : o]))


def mean_of_a_week__of_four_same_weekdays(y, o, h):
    same = np.asarray(y, dtype=float)[:o][(o + h - 1) % 7 :: 7]
    return _features(y, o, h, mean=np.mean(same[-4:]))


def kept_in_the_type_of_y(y, o, h):
    """Your features are kept in the type of ``y``. In whole numbers the mean is cut off."""
    return reference.origin_features(y, o, h).astype(np.asarray(y).dtype)


def kept_in_the_type_of_y__the_mean(y, o, h):
    right = reference.origin_features(y, o, h)
    if np.asarray(y).dtype.kind != "f":
        right[8] = int(right[8])
    return right


def sum_wraps_around(y, o, h):
    """The 28 days were added up in their own type. A sum of narrow integers wraps around."""
    y = np.asarray(y)
    return _features(y, o, h, mean=y[o - 28 : o].sum(dtype=y.dtype) / 28)


def a_week_too_old(y, o, h):
    """There is a later day with that weekday before the origin."""
    same = reference.origin_features(y[:-7] if len(y) == o else y, o - 7, h)[7]
    return _features(y, o, h, same=same)


def a_week_too_old__for_whole_weeks(y, o, h):
    return _features(y, o, h, same=y[o + h - 1 - 7 * (h // 7 + 1)])


def weekday_as_a_number(y, o, h):
    """Your weekday is one number, so a linear model has to rise or to fall through the week: give
    each weekday a column of its own.
    """
    return np.append(reference.origin_features(y, o, h)[:9], (o + h - 1) % 7)


# ---- kill_features --------------------------------------------------------------------------


def _expected(y, o, h):
    return reference.origin_features(y, o, h)


def accepts_everything(fn):
    """Your test accepts everything. Compare with values that you worked out by hand."""
    return True


def rejects_everything(fn):
    """Your test rejects right answers too. Weekdays are counted from day 0 and days ahead from 1,
    and a right answer may be a list.
    """
    return False


def one_day_ahead_only(fn):
    """One day ahead the target is the origin itself, so mistakes that confuse the two cannot be
    seen. Try more days ahead too.
    """
    y = np.arange(60.0) ** 2
    return bool(np.allclose(fn(y, 41, 1), _expected(y, 41, 1)))


def future_rewritten_only(fn):
    """That finds implementations that look ahead, but not those that compute something else. Check
    values too.
    """
    y = np.arange(60.0) ** 2
    rewritten = np.where(np.arange(60) < 41, y, 1e6)
    return all(np.allclose(fn(y, 41, h), fn(rewritten, 41, h)) for h in (1, 3, 9))


def within_a_week_only(fn):
    """Within a week, the day a week before the target is always known. Further ahead it is not: try
    more than seven days, and more than fourteen.
    """
    y = np.arange(60.0) ** 2
    return all(np.allclose(fn(y[:o], o, h), _expected(y, o, h)) for o, h in ((40, 1), (47, 3)))


def _right_on(fn, origins, distances, n):
    """Whether an implementation is right at some origins and distances, on days 0 to n(o) - 1."""
    y = np.arange(90.0) ** 2 % 101
    return all(
        np.allclose(fn(y[: n(o)], o, h), _expected(y[: n(o)], o, h))
        for o in origins
        for h in distances
    )


def within_a_week_only__in_a_long_series(fn):
    return _right_on(fn, (28, 30, 41), range(1, 8), lambda o: 60)


def within_two_weeks_only(fn):
    """Within two weeks, the day two weeks before the target is always known. Further ahead it is
    not: try more than fourteen days.
    """
    return _right_on(fn, (28, 30, 41), range(1, 15), lambda o: 60)


def within_two_weeks_only__to_the_origin(fn):
    return _right_on(fn, (28, 30, 41), range(1, 15), lambda o: o)


def series_ends_at_origin(fn):
    """Your series ends at the origin, so whoever counts from its end is right. Try a series that
    goes on.
    """
    return _right_on(fn, (28, 30, 41), (1, 3, 7, 8, 9, 16, 23), lambda o: o)


def origin_of_whole_weeks(fn):
    """At an origin that is a multiple of 7, the days ahead tell the weekday. Try another origin."""
    return _right_on(fn, (28, 35, 42), (1, 3, 9, 16), lambda o: 60)


def origin_of_whole_weeks__to_the_origin(fn):
    return _right_on(fn, (28, 35, 42), (1, 3, 9, 16), lambda o: o)


def origin_of_whole_weeks__within_two_weeks(fn):
    return _right_on(fn, (28, 35, 42), (1, 3, 9), lambda o: 60)


def lags_only(fn):
    """You look at the lags alone. There are nine more features."""
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
    """Your models learn from targets at or after the origin: those days have not come yet."""
    forecast = []
    for h in range(1, H + 1):
        pairs = _pairs(y, max(o, min(len(y), o + h - 1)), h)
        model = _fitted(make_model, y, h, pairs)
        forecast.append(_ask(model, reference.origin_features(y, o, h)))
    return np.array(forecast)


def _direct(make_model, y, o, H, first=28, stop=None, late=0):
    """The right forecast, with other origins or targets; it fails where no pair is left."""
    stop = stop or (lambda h: o - h + 1)
    forecast = []
    for h in range(1, H + 1):
        origins = range(first, stop(h))
        X = np.array([reference.origin_features(y, p, h) for p in origins])
        model = make_model()
        model.fit(X, np.array([float(y[p + h - 1 + late]) for p in origins]))
        forecast.append(_ask(model, reference.origin_features(y, o, h)))
    return np.array(forecast)


def trained_past_origin__every_origin(make_model, y, o, H):
    return _direct(make_model, y, o, H, stop=lambda h: o)


def trained_past_origin__one_day(make_model, y, o, H):
    return _direct(make_model, y, o, H, stop=lambda h: min(o - h + 2, len(y) - h + 1))


def trained_past_origin__one_day_or_an_error(make_model, y, o, H):
    return _direct(make_model, y, o, H, stop=lambda h: o - h + 2)


def end_of_series_for_origin(make_model, y, o, H):
    """The end of ``y`` took the place of the origin. The series may go on after it."""
    return _direct(make_model, y, len(y), H)


def end_of_series_for_origin__in_training(make_model, y, o, H):
    return _direct(make_model, y, o, H, stop=lambda h: len(y) - h + 1)


def same_pairs_for_all(make_model, y, o, H):
    """In your answer all distances learn from the same origins, those of the furthest one. A nearer
    day has more origins whose target comes before ``o``.
    """
    return _direct(make_model, y, o, H, stop=lambda h: o - H + 1)


def first_pair_missing(make_model, y, o, H):
    """The first pair is missing. Origins start with 28, which has 28 days before it."""
    forecast = []
    for h in range(1, H + 1):
        pairs = _pairs(y, o, h)
        model = _fitted(make_model, y, h, pairs[1:] or pairs)
        forecast.append(_ask(model, reference.origin_features(y, o, h)))
    return np.array(forecast)


def first_pair_missing__to_the_end(make_model, y, o, H):
    return _direct(make_model, y, o, H, first=29)


def one_model_for_all(make_model, y, o, H):
    """One model learned from the pairs of all distances. Each distance must have a model of its
    own.
    """
    pairs = [pair for h in range(1, H + 1) for pair in _pairs(y, o, h)]
    model = _fitted(make_model, y, 0, pairs)
    return np.array([_ask(model, reference.origin_features(y, o, h)) for h in range(1, H + 1)])


def forecast_in_brackets(make_model, y, o, H):
    """Your shape is ``(H, 1)``: ``predict`` gives an array of one number. Take the number."""
    return reference.direct_forecast(make_model, y, o, H)[:, None]


def last_pair_missing__to_the_end(make_model, y, o, H):
    return _direct(make_model, y, o, H, stop=lambda h: o - h)


def last_pair_missing(make_model, y, o, H):
    """The last pair is missing: the day before the origin is a target too."""
    forecast = []
    for h in range(1, H + 1):
        pairs = _pairs(y, o, h)
        model = _fitted(make_model, y, h, pairs[:-1] or pairs)
        forecast.append(_ask(model, reference.origin_features(y, o, h)))
    return np.array(forecast)


def model_of_one_day_ahead(make_model, y, o, H):
    """In your answer one model, which learned one day ahead, forecasts all days. Each distance
    needs its own.
    """
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
    """In your answer the origin moves on with the forecast, so the model is told the days that it
    should forecast.
    """
    model = _fitted(make_model, y, 1, _pairs(y, o, 1))
    padded = np.append(np.asarray(y, dtype=float), np.zeros(H))
    return np.array([_ask(model, reference.origin_features(padded, o + k, 1)) for k in range(H)])


def asked_about_training(make_model, y, o, H):
    """You asked each model about the last row that it was trained on. Ask about the origin."""
    forecast = []
    for h in range(1, H + 1):
        pairs = _pairs(y, o, h)
        forecast.append(_ask(_fitted(make_model, y, h, pairs), pairs[-1][0]))
    return np.array(forecast)


def same_model_again(make_model, y, o, H):
    """You fitted one model object again and again: some go on from where they were. Make a new one
    for each day.
    """
    model = make_model()
    return reference.direct_forecast(lambda: model, y, o, H)


def targets_a_day_late(make_model, y, o, H):
    """Your targets are a day too late: ``h = 1`` is the day of the origin itself."""
    forecast = []
    for h in range(1, H + 1):
        pairs = [
            (reference.origin_features(y, p, h), y[min(p + h, o - 1)]) for p in range(28, o - h + 1)
        ]
        model = _fitted(make_model, y, h, pairs)
        forecast.append(_ask(model, reference.origin_features(y, o, h)))
    return np.array(forecast)


def targets_a_day_late__to_the_end(make_model, y, o, H):
    return _direct(make_model, y, o, H, stop=lambda h: o - h, late=1)


def targets_a_day_late__the_origin_too(make_model, y, o, H):
    return _direct(make_model, y, o, H, late=1)


def features_without_distance(make_model, y, o, H):
    """Your features are always those of one day ahead: the weekday is that of another day."""
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


# ---- pooled_forecast ------------------------------------------------------------------------


def _pooled(make_model, Y, o, H, **change):
    """The right forecast, with one decision changed."""
    log = change.get("log", np.log)
    back = change.get("back", np.exp)
    with np.errstate(all="ignore"):
        logs = log(np.asarray(Y, dtype=float)[: change.get("until", o)])
    weeks_of_base = change.get("weeks", 8)

    def seen_from(p):
        weeks = logs[p - 56 : p].reshape(8, 7, -1)
        base = change.get("mean", lambda weeks: weeks.mean(axis=0))(weeks[-weeks_of_base:])
        if change.get("whole_week"):
            base = np.tile(base.mean(axis=0), (7, 1))
        if change.get("crossed"):
            return base, (weeks[-1][::-1] - base).T
        inputs = weeks[-1] - base * change.get("relative_inputs", True)
        return base, inputs[:: change.get("order", -1)].T

    def row(inputs, h):
        distance = np.full((len(inputs), 1), h + change.get("count_from", 1) - 1)
        if change.get("no_column"):
            return np.array(inputs)
        return np.hstack([inputs, distance * change.get("distance", True)])

    now, inputs_now = seen_from(o)
    pairs = []
    for p in range(change.get("first", 56), len(logs)):
        base, inputs = seen_from(p) if p <= change.get("last", o) else (None, None)
        for h in range(1, min(H, len(logs) - p - change.get("short", 0)) + 1):
            if base is not None:
                taken = now if change.get("one_base") else base
                relative = change.get("relative", True) * taken[(h - 1) % 7]
                pairs.append((h, row(inputs, h), logs[p + h - 1] - relative))
    said = np.zeros((H, logs.shape[1]))
    groups = change.get("groups", "all")
    ahead = [row(inputs_now, h) for h in range(1, H + 1)]
    if groups == "series":
        for j in range(logs.shape[1]):
            model = make_model()
            model.fit(np.array([X[j] for _, X, _ in pairs]), np.array([t[j] for _, _, t in pairs]))
            said[:, j] = model.predict(np.array([X[j] for X in ahead]))
    else:
        for h in range(1, H + 1):
            if groups == "distance" or h == 1:
                some = [pair for pair in pairs if groups == "all" or pair[0] == h]
                model = make_model()
                model.fit(
                    np.concatenate([X for _, X, _ in some]), np.concatenate([t for *_, t in some])
                )
            said[h - 1] = model.predict(ahead[h - 1])
    put_back = change.get("put_back", change.get("relative", True))
    return back(said + put_back * now[np.arange(H) % 7])


def whole_horizons_only(make_model, Y, o, H):
    """You learn only from origins whose ``H`` days ahead are all known. Every row whose target
    comes before ``o`` must count.
    """
    return _pooled(make_model, Y, o, H, last=o - H)


def model_for_each_series(make_model, Y, o, H):
    """In your answer each series has a model of its own, so none learns from the others."""
    return _pooled(make_model, Y, o, H, groups="series")


def model_for_each_distance(make_model, Y, o, H):
    """In your answer each distance has a model of its own. One model must learn all distances, and
    the distance must be one of its inputs.
    """
    return _pooled(make_model, Y, o, H, groups="distance")


def base_not_put_back(make_model, Y, o, H):
    """The base was not put back, so all forecasts are near 1, whatever the series sells."""
    return _pooled(make_model, Y, o, H, put_back=False)


def target_not_relative(make_model, Y, o, H):
    """Your target is the logarithm itself. Then the model has to learn the size of each series, and
    it is not told which series it sees.
    """
    return _pooled(make_model, Y, o, H, relative=False)


def distance_left_out(make_model, Y, o, H):
    """You did not tell the model how many days ahead the target lies."""
    return _pooled(make_model, Y, o, H, distance=False)


def distance_left_out__with_its_column(make_model, Y, o, H):
    return _pooled(make_model, Y, o, H, no_column=True)


def target_after_the_origin(make_model, Y, o, H):
    """The model learned from targets at or after the origin. Those days have not come yet."""
    return _pooled(make_model, Y, o, H, until=min(len(Y), o + H - 1))


def target_after_the_origin__of_earlier_origins(make_model, Y, o, H):
    return _pooled(make_model, Y, o, H, until=len(Y), last=o - 1)


def target_after_the_origin__or_an_error(make_model, Y, o, H):
    if len(Y) < o + H - 1:
        raise IndexError
    return _pooled(make_model, Y, o, H, until=len(Y), last=o - 1)


def last_target_missing(make_model, Y, o, H):
    """The rows whose target is the last known day are missing in your answer. It comes before ``o``
    as well.
    """
    return _pooled(make_model, Y, o, H, short=1)


def first_origin_missing(make_model, Y, o, H):
    """The first origin is missing. Origins start with 56, which has eight weeks before it."""
    return _pooled(make_model, Y, o, H, first=57)


def distance_from_zero(make_model, Y, o, H):
    """The distances that you tell the model start with 0. They must start with 1."""
    return _pooled(make_model, Y, o, H, count_from=0)


def base_of_all_weekdays(make_model, Y, o, H):
    """Your base is a mean of all 56 days, so the week stays in. Each weekday must have a base of
    its own, of eight days.
    """
    return _pooled(make_model, Y, o, H, whole_week=True)


def logarithm_of_a_mean(make_model, Y, o, H):
    """Your base is the logarithm of the mean of sales. It must be the mean of their logarithms."""
    return _pooled(make_model, Y, o, H, mean=lambda weeks: np.log(np.exp(weeks).mean(axis=0)))


def bases_not_turned(make_model, Y, o, H):
    """The days were turned round and their bases were not, so each day is compared with another
    weekday.
    """
    return _pooled(make_model, Y, o, H, crossed=True)


def still_logarithms(make_model, Y, o, H):
    """Your forecasts are logarithms. Return them in the unit of each series."""
    return _pooled(make_model, Y, o, H, back=lambda said: said)


def series_in_rows(make_model, Y, o, H):
    """In your table a row belongs to a series. A row must belong to a day, and a column to a
    series.
    """
    return reference.pooled_forecast(make_model, Y, o, H).T


def a_week_at_most(make_model, Y, o, H):
    """Your answer stops more than seven days ahead. The eighth day has the weekday of the first,
    and its base.
    """
    if H > 7:
        raise IndexError
    return reference.pooled_forecast(make_model, Y, o, H)


def a_week_at_most__in_shapes(make_model, Y, o, H):
    if H > 7:
        raise ValueError
    return reference.pooled_forecast(make_model, Y, o, H)


def sales_not_logarithms(make_model, Y, o, H):
    """Your differences are of sales, not of logarithms, so the largest series decides alone."""
    return _pooled(make_model, Y, o, H, log=lambda y: y, back=lambda y: y)


def inputs_not_relative(make_model, Y, o, H):
    """Your inputs are logarithms as they are. Take the base of each day away, as in the target."""
    return _pooled(make_model, Y, o, H, relative_inputs=False)


def oldest_day_first(make_model, Y, o, H):
    """Your seven days are in the wrong order. The latest must come first."""
    return _pooled(make_model, Y, o, H, order=1)


def base_of_one_week(make_model, Y, o, H):
    """Your base is the last same weekday alone. One day is noisy: eight of them must make the
    base.
    """
    return _pooled(make_model, Y, o, H, weeks=1)


def base_of_the_past_now(make_model, Y, o, H):
    """Your targets are all relative to the base that is known at the last origin. Each earlier
    origin must have a base of its own, of the days before it.
    """
    return _pooled(make_model, Y, o, H, one_base=True)


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
    """In your answer everybody gets the same. That is a good baseline, but it is not what was
    asked.
    """
    return dict.fromkeys(preds, 1 / len(preds))


def larger_error_larger_weight(preds, y_val):
    """In your answer the worst forecaster gets the most weight."""
    mse = _mse(preds, y_val)
    if sum(mse.values()) == 0:
        return equal_weights(preds, y_val)
    return _share(mse)


def winner_takes_all(preds, y_val):
    """In your answer only the best gets weight: then there is no blend, and the luck of validation
    decides.
    """
    mse = _mse(preds, y_val)
    return _share({name: float(error == min(mse.values())) for name, error in mse.items()})


def winner_takes_all__the_first(preds, y_val):
    mse = _mse(preds, y_val)
    best = min(mse, key=mse.get)
    return {name: float(name == best) for name in mse}


def first_perfect_takes_all(preds, y_val):
    """Where several forecasters made no error, you gave one of them all weight. They must share it
    equally.
    """
    mse = _mse(preds, y_val)
    if min(mse.values()) > 0:
        return reference.inverse_mse_weights(preds, y_val)
    return winner_takes_all__the_first(preds, y_val)


def constant_added(preds, y_val):
    """A small number was added to each error, so that no division fails. Then the weights are not
    right where errors are smaller than that number.
    """
    return _share({name: 1 / (error + 1e-9) for name, error in _mse(preds, y_val).items()})


def constant_added__of_12_digits(preds, y_val):
    return _share({name: 1 / (error + 1e-12) for name, error in _mse(preds, y_val).items()})


def constant_added__of_10_digits(preds, y_val):
    return _share({name: 1 / (error + 1e-10) for name, error in _mse(preds, y_val).items()})


def constant_added__of_8_digits(preds, y_val):
    return _share({name: 1 / (error + 1e-8) for name, error in _mse(preds, y_val).items()})


def constant_added__of_15_digits(preds, y_val):
    return _share({name: 1 / (error + 1e-15) for name, error in _mse(preds, y_val).items()})


def constant_added__as_the_least_error(preds, y_val):
    return _share({name: 1 / max(error, 1e-12) for name, error in _mse(preds, y_val).items()})


def small_errors_taken_for_none(preds, y_val):
    """Very small errors were taken for none. Forecasters with small errors are not equal."""
    mse = _mse(preds, y_val)
    if min(mse.values()) < 1e-12:
        return _share({name: float(error < 1e-12) for name, error in mse.items()})
    return reference.inverse_mse_weights(preds, y_val)


def small_errors_taken_for_none__by_isclose(preds, y_val):
    mse = _mse(preds, y_val)
    if any(np.isclose(error, 0) for error in mse.values()):
        return _share({name: float(np.isclose(error, 0)) for name, error in mse.items()})
    return reference.inverse_mse_weights(preds, y_val)


def mean_error_squared(preds, y_val):
    """The errors were averaged before they were squared, so that too high and too low cancel."""
    truth = np.asarray(y_val, dtype=float)
    return _where_defined(
        preds, y_val, lambda: {k: np.nanmean(np.asarray(f) - truth) ** -2 for k, f in preds.items()}
    )


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


def inverse_variance__everywhere(preds, y_val):
    truth = np.asarray(y_val, dtype=float)
    variance = {k: float(np.nanvar(np.asarray(f) - truth)) for k, f in preds.items()}
    least = min(variance.values())
    if least == 0:
        return _share({name: float(each == 0) for name, each in variance.items()})
    return _share({name: least / each for name, each in variance.items()})


def not_scaled_to_one(preds, y_val):
    """Your weights do not add up to 1, so the blend is on another scale than its parts."""
    mse = _mse(preds, y_val)
    if min(mse.values()) == 0:
        return reference.inverse_mse_weights(preds, y_val)
    return {name: 1 / error for name, error in mse.items()}


def not_scaled_to_one__relative_to_the_best(preds, y_val):
    weights = reference.inverse_mse_weights(preds, y_val)
    return {name: weight / max(weights.values()) for name, weight in weights.items()}


def closed_day_sold_nothing(preds, y_val):
    """You took a closed day for a day that sold 0, so every forecaster gets a huge error on it."""
    return reference.inverse_mse_weights(preds, np.nan_to_num(np.asarray(y_val, dtype=float)))


def closed_day_spreads(preds, y_val):
    """In your answer one closed day makes every weight NaN."""
    if np.isnan(np.asarray(y_val, dtype=float)).any():
        return dict.fromkeys(preds, float("nan"))
    return reference.inverse_mse_weights(preds, y_val)


def tiny_errors_overflow(preds, y_val):
    """1 over a very small squared error is infinite, and infinity over infinity is not a number.
    Compare the errors with each other before you divide.
    """
    mse = _mse(preds, y_val)
    if min(mse.values()) == 0:
        return reference.inverse_mse_weights(preds, y_val)
    with np.errstate(all="ignore"):
        return _share({name: np.float64(1.0) / error for name, error in mse.items()})


def tiny_errors_overflow__for_all(preds, y_val):
    if min(_mse(preds, y_val).values()) < 1e-307:
        return dict.fromkeys(preds, float("nan"))
    return reference.inverse_mse_weights(preds, y_val)


def perfect_divides_by_zero__and_tiny_errors(preds, y_val):
    with np.errstate(all="ignore"):
        mse = _mse(preds, y_val)
        return _share({name: np.float64(1.0) / error for name, error in mse.items()})


def perfect_divides_by_zero__with_an_error(preds, y_val):
    return _share({name: 1 / error for name, error in _mse(preds, y_val).items()})


def perfect_divides_by_zero__with_an_error_alone(preds, y_val):
    if min(_mse(preds, y_val).values()) == 0:
        raise ZeroDivisionError
    return reference.inverse_mse_weights(preds, y_val)


def perfect_divides_by_zero(preds, y_val):
    """You divided by the error of a forecaster that made none. Such forecasters must share all
    weight equally.
    """
    if min(_mse(preds, y_val).values()) == 0:
        return dict.fromkeys(preds, float("nan"))
    return reference.inverse_mse_weights(preds, y_val)


# ---- pinball_loss ---------------------------------------------------------------------------


def _pinball(y, f, q):
    y, f, q = (np.asarray(values, dtype=float) for values in (y, f, q))
    short = y[:, None] - f
    return np.where(short > 0, q * short, (q - 1) * short)


def _over_open_days(y, f, values):
    opened = ~np.isnan(np.asarray(y, dtype=float))
    return values[opened].mean(axis=0) if opened.any() else np.full(np.shape(f)[1], np.nan)


def prices_exchanged(y, f, q):
    """Your prices are exchanged. A high quantile pays much for being too *low*."""
    return reference.pinball_loss(y, f, 1 - np.asarray(q))


def absolute_error(y, f, q):
    """That is the absolute error, which asks for the median, whatever the quantile."""
    return 2 * reference.pinball_loss(y, f, np.full(len(q), 0.5))


def twice_the_loss(y, f, q):
    """The loss was doubled, so that 0.5 gives the absolute error. Both prices must add up to 1."""
    return 2 * reference.pinball_loss(y, f, q)


def summed_not_averaged(y, f, q):
    """You added up the losses. Take the mean over open days."""
    opened = ~np.isnan(np.asarray(y, dtype=float))
    return reference.pinball_loss(y, f, q) * opened.sum()


def summed_not_averaged__and_never_open(y, f, q):
    return np.nan_to_num(summed_not_averaged(y, f, q))


def one_loss_for_all(y, f, q):
    """The losses of the quantiles were averaged into one number. Each quantile must have its own
    loss.
    """
    return np.full(len(q), np.mean(reference.pinball_loss(y, f, q)))


def one_loss_for_all__alone(y, f, q):
    return float(np.mean(reference.pinball_loss(y, f, q)))


def too_high_costs_nothing(y, f, q):
    """A forecast that is too high costs nothing in your answer. Both kinds of error must cost."""
    y, f, q = (np.asarray(values, dtype=float) for values in (y, f, q))
    return _over_open_days(y, f, q * np.maximum(y[:, None] - f, 0))


def both_cost_the_same(y, f, q):
    """In your answer a unit too high costs as much as a unit too low. Both prices must add up
    to 1.
    """
    y, f, q = (np.asarray(values, dtype=float) for values in (y, f, q))
    return _over_open_days(y, f, q * np.abs(y[:, None] - f))


def quantiles_sorted(y, f, q):
    """The quantiles were sorted and the columns of the forecasts were not, so that they no longer
    belong together.
    """
    return reference.pinball_loss(y, f, np.sort(q))


def differences_wrap_around(y, f, q):
    """The forecasts were subtracted from the sales in their own type. A difference of two unsigned
    integers wraps around where it is below 0.
    """
    y, f = np.asarray(y), np.asarray(f)
    short = (y[:, None] - f).astype(float)
    return _over_open_days(y, f, np.where(short > 0, q * short, (q - 1) * short))


def zero_if_never_open(y, f, q):
    """Without an open day your loss is 0, the best there is. Nothing can be said: the loss must be
    NaN.
    """
    return np.nan_to_num(reference.pinball_loss(y, f, q))


def gain_for_being_high(y, f, q):
    """A forecast that is too high earns something in your answer. Both kinds of error must cost."""
    y, f, q = (np.asarray(values, dtype=float) for values in (y, f, q))
    short = y[:, None] - f
    return _over_open_days(y, f, np.where(short > 0, q * short, (1 - q) * short))


def closed_day_is_zero(y, f, q):
    """In your answer a closed day counts as a day that sold 0. Leave it out."""
    y, f = np.asarray(y, dtype=float), np.asarray(f, dtype=float)
    return _pinball(np.nan_to_num(y), f, q).mean(axis=0)


def closed_day_makes_nan(y, f, q):
    """In your answer one closed day makes the whole loss NaN. Leave it out."""
    if np.isnan(np.asarray(y, dtype=float)).any():
        return np.full(len(q), np.nan)
    return reference.pinball_loss(y, f, q)


def closed_days_counted(y, f, q):
    """In your answer closed days cost nothing and are still counted in the mean. Leave them out of
    both.
    """
    opened = ~np.isnan(np.asarray(y, dtype=float))
    return reference.pinball_loss(y, f, q) * opened.mean()


def closed_days_counted__and_never_open(y, f, q):
    return np.nan_to_num(closed_days_counted(y, f, q))


# ---- conformal_interval ---------------------------------------------------------------------


def _parts(y_past, f_past):
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    opened = ~np.isnan(y)
    return y[opened], f[opened]


def _around(f_new, radius):
    f_new = np.asarray(f_new, dtype=float)
    return np.column_stack([np.maximum(f_new - radius * f_new, 0), f_new + radius * f_new])


def _smallest(scores, rank):
    scores = np.sort(scores)
    return scores[max(rank, 1) - 1] if rank <= len(scores) else np.inf


def _scores(y_past, f_past):
    y, f = _parts(y_past, f_past)
    return np.abs(y - f) / f


def quantile_of_past_scores(y_past, f_past, f_new, level):
    """Your radius covers the share ``level`` of the *past* scores. The new score is one more, and
    must count in the ranks.
    """
    scores = _scores(y_past, f_past)
    return _around(f_new, _smallest(scores, int(np.ceil(np.round(len(scores) * level, 9)))))


def rank_rounded_down(y_past, f_past, f_new, level):
    """The rank was rounded down where it is not whole. Then the radius holds the new score with a
    probability below ``level``.
    """
    scores = _scores(y_past, f_past)
    return _around(f_new, _smallest(scores, int(np.floor(np.round((len(scores) + 1) * level, 9)))))


def interpolated_quantile(y_past, f_past, f_new, level):
    """The radius was interpolated between two past scores. It must be one of them, or infinite."""
    return _around(f_new, np.quantile(_scores(y_past, f_past), level))


def interpolated_quantile__of_the_next_rank(y_past, f_past, f_new, level):
    scores = _scores(y_past, f_past)
    rank = np.ceil(np.round((len(scores) + 1) * level, 9))
    return _around(f_new, np.quantile(scores, min(1.0, rank / len(scores))))


def one_rank_too_high(y_past, f_past, f_new, level):
    """Your radius is the next larger past score. The k-th smallest of a list stands at place k - 1,
    counted from 0.
    """
    scores = np.sort(_scores(y_past, f_past))
    rank = int(np.ceil(np.round((len(scores) + 1) * level, 9)))
    return _around(f_new, scores[rank] if rank < len(scores) else np.inf)


def scores_as_they_come(y_past, f_past, f_new, level):
    """The past scores are not sorted. The k-th of them is that of some day."""
    scores = _scores(y_past, f_past)
    rank = int(np.ceil(np.round((len(scores) + 1) * level, 9)))
    return _around(f_new, scores[rank - 1] if rank <= len(scores) else np.inf)


def two_signed_quantiles(y_past, f_past, f_new, level):
    """Your two ends are quantiles of errors with their signs. The score has none: one radius must
    make both ends.
    """
    y, f = _parts(y_past, f_past)
    f_new = np.asarray(f_new, dtype=float)
    ends = np.quantile((y - f) / f, [(1 - level) / 2, (1 + level) / 2])
    return np.maximum(np.column_stack([f_new * (1 + end) for end in ends]), 0)


def level_turned_round(y_past, f_past, f_new, level):
    """Your radius is that of ``1 - level``. ``level`` is the share that the interval must hold."""
    return reference.conformal_interval(y_past, f_past, f_new, 1 - level)


def ends_in_rows(y_past, f_past, f_new, level):
    """In your table the lower ends are one row and the upper ends another. A row must belong to a
    day.
    """
    return reference.conformal_interval(y_past, f_past, f_new, level).T


def largest_for_infinite(y_past, f_past, f_new, level):
    """The largest past score was taken where it is not enough. With so few days nothing finite
    keeps the promise.
    """
    scores = _scores(y_past, f_past)
    rank = int(np.ceil(np.round((len(scores) + 1) * level, 9)))
    return _around(f_new, _smallest(scores, min(rank, len(scores))))


def half_of_the_rest_a_side(y_past, f_past, f_new, level):
    """Half of what remains was left to each side. The score has no side: it is an absolute error,
    and ``level`` is all it must cover.
    """
    return reference.conformal_interval(y_past, f_past, f_new, (1 + level) / 2)


def normal_radius(y_past, f_past, f_new, level):
    """Your radius is that of a normal distribution. The past scores say by themselves how large
    errors are.
    """
    y, f = _parts(y_past, f_past)
    spread = np.sqrt(np.mean(((y - f) / f) ** 2))
    return _around(f_new, stats.norm.ppf((1 + level) / 2) * spread)


def normal_radius__around_the_bias(y_past, f_past, f_new, level):
    y, f = _parts(y_past, f_past)
    return _around(f_new, stats.norm.ppf((1 + level) / 2) * np.std((y - f) / f))


def rank_in_floats(y_past, f_past, f_new, level):
    """The rank was rounded up in floating point, where a whole number may come out a little too
    large. Round at the ninth digit first.
    """
    scores = _scores(y_past, f_past)
    return _around(f_new, _smallest(scores, int(np.ceil((len(scores) + 1) * level))))


def closed_days_in_the_count(y_past, f_past, f_new, level):
    """Closed days were counted among the past days. They have no score."""
    scores = _scores(y_past, f_past)
    return _around(f_new, _smallest(scores, int(np.ceil(np.round((len(y_past) + 1) * level, 9)))))


def closed_days_in_the_count__as_nan(y_past, f_past, f_new, level):
    y, f = np.asarray(y_past, dtype=float), np.asarray(f_past, dtype=float)
    scores = np.abs(y - f) / f
    return _around(f_new, _smallest(scores, int(np.ceil(np.round((len(y) + 1) * level, 9)))))


def radius_in_units(y_past, f_past, f_new, level):
    """Your scores are in units. Divide each by its forecast: large days are missed by more."""
    y, f = _parts(y_past, f_past)
    rank = int(np.ceil(np.round((len(y) + 1) * level, 9)))
    radius = _smallest(np.abs(y - f), rank)
    return _around(f_new, radius / np.asarray(f_new, dtype=float))


def share_of_the_truth(y_past, f_past, f_new, level):
    """The errors were divided by what was sold. On a new day only the forecast is known."""
    y, f = _parts(y_past, f_past)
    rank = int(np.ceil(np.round((len(y) + 1) * level, 9)))
    return _around(f_new, _smallest(np.abs(y - f) / y, rank))


def below_zero(y_past, f_past, f_new, level):
    """One of your lower ends is below 0. Sales never are."""
    scores, f_new = _scores(y_past, f_past), np.asarray(f_new, dtype=float)
    radius = _smallest(scores, int(np.ceil(np.round((len(scores) + 1) * level, 9))))
    return np.column_stack([f_new - radius * f_new, f_new + radius * f_new])


# ---- order_quantity -------------------------------------------------------------------------


def mean_demand(samples, cu, co):
    """That is the mean demand, whatever it costs to be wrong."""
    return float(np.mean(samples))


def median_demand(samples, cu, co):
    """That covers half of the cases, which is best only where both costs are equal."""
    return reference.order_quantity(samples, 1, 1)


def costs_swapped(samples, cu, co):
    """The costs are swapped. If a unit too few costs more, more should be ordered."""
    return reference.order_quantity(samples, co, cu)


def normal_demand(samples, cu, co):
    """A normal distribution with this mean and standard deviation has other quantiles. This demand
    is skewed, and is not below 0.
    """
    return float(stats.norm.ppf(cu / (cu + co), np.mean(samples), np.std(samples) or 1e-9))


def between_samples(samples, cu, co):
    """The quantile was interpolated between two samples. Order one of the samples."""
    return float(np.quantile(samples, cu / (cu + co)))


def next_sample_up(samples, cu, co):
    """Where two samples cost the same, the larger one was taken. Take the smaller one."""
    place = int(cu / (cu + co) * len(samples) + 1e-9)
    return float(np.sort(samples)[min(place, len(samples) - 1)])


def costs_compared_exactly(samples, cu, co):
    """Mean costs that are equal differ in their last digit when they are computed, and the larger
    sample may seem to cost less. Compare shares of the samples, rounded.
    """
    ordered = np.sort(np.asarray(samples, dtype=float))
    costs = [
        np.mean(cu * np.maximum(ordered - order, 0) + co * np.maximum(order - ordered, 0))
        for order in ordered
    ]
    return float(ordered[int(np.argmin(costs))])


def costs_compared_exactly__by_kind(samples, cu, co):
    ordered = np.sort(np.asarray(samples, dtype=float))
    costs = [
        np.mean(np.where(ordered > order, cu * (ordered - order), co * (order - ordered)))
        for order in ordered
    ]
    return float(ordered[int(np.argmin(costs))])


def place_before_the_first(samples, cu, co):
    """Where the rounded share is 0 the largest sample was taken, because place -1 is the last. The
    smallest sample has the least cost there.
    """
    ordered = np.sort(np.asarray(samples, dtype=float))
    return float(ordered[int(np.ceil(np.round(len(ordered) * cu / (cu + co), 9))) - 1])


def each_value_once(samples, cu, co):
    """A demand that occurs several times was counted once. Each sample counts."""
    return reference.order_quantity(np.unique(samples), cu, co)


def sorted_in_place(samples, cu, co):
    """The caller's samples were sorted in place. Sort a copy."""
    samples.sort()
    return reference.order_quantity(samples, cu, co)


def error_in_narrow_types(samples, cu, co):
    """Your answer computes in the type of the samples. With narrow integers that fails. Turn them
    into floats first.
    """
    if np.asarray(samples).dtype == np.uint8:
        raise OverflowError
    return reference.order_quantity(samples, cu, co)


def error_in_narrow_types__wrapped(samples, cu, co):
    samples = np.sort(np.asarray(samples))
    costs = []
    with np.errstate(all="ignore"):
        for order in samples:
            short = samples - order
            costs.append(
                round(float(np.where(short > 0, float(cu) * short, co * -short).mean()), 9)
            )
    if samples.dtype.kind == "u":
        return float(samples[int(np.argmin(costs))])
    return reference.order_quantity(samples, cu, co)


def one_sample_short(samples, cu, co):
    """That sample covers too small a share of the demands. The next larger one costs less."""
    ordered = np.sort(samples)
    place = int(np.ceil(cu / (cu + co) * len(samples) - 1e-9)) - 2
    return float(ordered[max(place, 0)])


def samples_as_they_come(samples, cu, co):
    """You did not sort the samples."""
    place = int(np.ceil(cu / (cu + co) * len(samples) - 1e-9)) - 1
    return float(np.asarray(samples)[place])


def ratio_in_floats(samples, cu, co):
    """The share was compared in floating point. 0.01 and 0.06 ask for one seventh, and the computed
    share is a little more. Round the number of samples to cover before you compare.
    """
    ordered = np.sort(np.asarray(samples, dtype=float))
    covered = np.arange(1, len(ordered) + 1)
    return float(ordered[np.argmax(covered * (cu + co) >= cu * len(ordered))])


def ratio_in_floats__divided(samples, cu, co):
    ordered = np.sort(np.asarray(samples, dtype=float))
    covered = np.arange(1, len(ordered) + 1) / len(ordered)
    return float(ordered[np.argmax(covered >= cu / (cu + co))])


def ratio_of_costs(samples, cu, co):
    """One cost was divided by the other. A share to cover compares one cost with their sum."""
    return float(np.quantile(samples, min(1.0, cu / co), method="inverted_cdf"))


# ---- order_departments ----------------------------------------------------------------------


def _weeks(history, n):
    history = np.asarray(history, dtype=float)
    return history[-7 * n :].reshape(n, 7, -1)


def _shares(cu, co):
    cu, co = np.asarray(cu, dtype=float), np.asarray(co, dtype=float)
    return cu / (cu + co)


def quantile_of_all_days(history, horizon, cu, co):
    """That is a quantile of the last eight weeks, all weekdays together. It is the baseline: it
    orders the same for Sunday and for Wednesday.
    """
    days = np.asarray(history, dtype=float)[-56:]
    orders = [np.quantile(column, q) for column, q in zip(days.T, _shares(cu, co), strict=True)]
    return np.tile(orders, (horizon, 1))


def quantile_of_half_a_year(history, horizon, cu, co):
    """That is a quantile of all days of the history. It knows neither the weekday nor the level of
    this month.
    """
    history = np.asarray(history, dtype=float)
    orders = [np.quantile(column, q) for column, q in zip(history.T, _shares(cu, co), strict=True)]
    return np.tile(orders, (horizon, 1))


def quantile_of_each_weekday(history, horizon, cu, co):
    """That is a quantile of the same weekday over half a year. The weekday is right, but the level
    of this month is not: a quantile of what a *forecast* missed follows the level.
    """
    weeks = _weeks(history, len(history) // 7)
    orders = [np.quantile(weeks[:, :, j], q, axis=0) for j, q in enumerate(_shares(cu, co))]
    return np.resize(np.column_stack(orders), (horizon, len(cu)))


def mean_of_four_weeks(history, horizon, cu, co):
    """That orders the mean demand. What to order depends on the costs as well."""
    return np.resize(_weeks(history, 4).mean(axis=0), (horizon, len(cu)))


def mean_of_eight_weeks(history, horizon, cu, co):
    """That orders the mean demand of eight weeks. What to order depends on the costs as well."""
    return np.resize(_weeks(history, 8).mean(axis=0), (horizon, len(cu)))


def departments_costs_swapped(history, horizon, cu, co):
    """You swapped the costs: much is ordered where leftovers are expensive, and little where an
    empty shelf is.
    """
    return reference.order_departments(history, horizon, co, cu)


def departments_costs_swapped__by_weekday(history, horizon, cu, co):
    return quantile_of_each_weekday(history, horizon, co, cu)


def always_a_reserve(history, horizon, cu, co):
    """The same reserve was added everywhere. It is right where an empty shelf is expensive, and is
    thrown away elsewhere.
    """
    return mean_of_four_weeks(history, horizon, cu, co) * 1.2


def one_policy_for_all(history, horizon, cu, co):
    """All departments have the same costs in your answer. Each has its own."""
    same = np.ones(len(cu))
    return reference.order_departments(history, horizon, same * np.mean(cu), same * np.mean(co))


def one_policy_for_all__by_weekday(history, horizon, cu, co):
    same = np.ones(len(cu))
    return quantile_of_each_weekday(history, horizon, same * np.mean(cu), same * np.mean(co))


def last_week_again(history, horizon, cu, co):
    """That orders last week again. One week is noisy, and what to order depends on the costs as
    well.
    """
    return np.resize(np.asarray(history, dtype=float)[-7:], (horizon, len(cu)))


def share_of_the_mean(history, horizon, cu, co):
    """The mean was multiplied by the share to cover. A share is a place among the demands that may
    come, not a factor.
    """
    return 2 * _shares(cu, co) * mean_of_four_weeks(history, horizon, cu, co)


def days_and_departments_swapped(history, horizon, cu, co):
    """You swapped rows and columns. A row must belong to a day, and a column to a department."""
    return reference.order_departments(history, horizon, cu, co).T
