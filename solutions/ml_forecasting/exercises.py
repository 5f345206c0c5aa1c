"""The exercises on forecasting with regression, in teaching order."""

from __future__ import annotations

import numpy as np

from solutions.ml_forecasting import misconceptions as wrong
from solutions.ml_forecasting import reference
from utils.exercises import (
    BeatIt,
    BreakIt,
    Call,
    Metric,
    Property,
    WriteIt,
    WriteTheTest,
    problem_with_days,
)
from utils.exercises.equality import is_whole
from utils.holdout import departments as holdout

# ---- break it -------------------------------------------------------------------------------


def _problem_with_series(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 3:
        return "return three values: y, window and h"
    y, window, h = arguments
    if problem := problem_with_days(y):
        return problem
    if not all(is_whole(number) and 1 <= number <= 7 for number in (window, h)):
        return "window and h are from 1 to 7"
    return "" if len(y) >= window + 2 * h else "y has room for a window and two blocks of h days"


def _of_a_list(backtest):
    """A back-test that takes the days as a tuple too."""
    return lambda y, window, h: backtest(list(y), window, h)


break_blend = BreakIt(
    reference=reference.break_blend,
    points=3,
    minutes=20,
    level="junior",
    right=_of_a_list(wrong.correct),
    defects={name: _of_a_list(backtest) for name, backtest in wrong.FLAWED.items()},
    problem=_problem_with_series,
    misconceptions=(
        wrong.every_day_alike,
        wrong.a_week_that_repeats,
        wrong.a_steady_rise,
        wrong.one_day_ahead,
        wrong.window_of_one_day,
        wrong.same_weight_chosen,
        wrong.too_few_days,
        wrong.too_many_days,
        wrong.days_out_of_range,
        wrong.not_three_values,
    ),
)


# ---- origin_features ------------------------------------------------------------------------


def _days(rng, n=70):
    return rng.permutation(300)[:n]


def _unknown(y, o, what=1_000_000):
    """The same days before the origin, and nonsense from there on."""
    return np.where(np.arange(len(y)) < o, y, what)


def _ending_alike(rng):
    """Two series with the same last day: what was kept of the first is wrong for the second."""
    y = _days(rng, 28)
    return [(y, 28, 2), (np.append(y[:-1][::-1], y[-1]), 28, 2)]


origin_features = WriteIt(
    reference=reference.origin_features,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the features are the lags, the same weekday, the mean and the weekday of the target",
            lambda rng: [(_days(rng), o, h) for o, h in ((40, 1), (41, 3), (45, 6), (52, 7))],
        ),
        Property(
            "further_than_a_week",
            "from eight days ahead on, a week before the target is not known either",
            lambda rng: [(_days(rng), o, h) for o, h in ((40, 8), (43, 12), (36, 20), (45, 14))],
        ),
        Property(
            "future_makes_no_difference",
            "days from the origin on change nothing, whatever they hold",
            lambda rng: [
                *(
                    (_unknown(_days(rng), o), o, h)
                    for o, h in ((40, 1), (41, 4), (44, 7), (39, 15))
                ),
                *((_unknown(_days(rng), o, np.nan), o, h) for o, h in ((42, 2), (38, 9))),
                (_unknown(_days(rng), 45, np.inf), 45, 10),
            ],
        ),
        Property(
            "ends_at_origin",
            "the series may end with the day before the origin",
            lambda rng: [(_days(rng, o), o, h) for o, h in ((43, 2), (50, 9))],
        ),
        Property(
            "shortest_history",
            "28 days are enough",
            lambda rng: [(_days(rng), 28, 1), (_days(rng, 28), 28, 5), *_ending_alike(rng)],
        ),
        Property(
            "fractions",
            "fractions are kept, and narrow integers do not overflow",
            lambda rng: [
                (rng.gamma(3, 20, 60), 47, 5),
                (rng.integers(100, 255, 60).astype(np.uint8), 45, 3),
                (rng.integers(100, 255, 60).astype(np.uint8), 38, 9),
            ],
        ),
    ),
    misconceptions=(
        *wrong.PLANTED_FEATURES.values(),
        wrong.a_week_too_old,
        wrong.target_of_the_day_after,
        wrong.latest_day_left_out,
        wrong.mean_of_a_week,
        wrong.kept_in_the_type_of_y,
        wrong.sum_wraps_around,
        wrong.weekday_as_a_number,
    ),
)


# ---- kill_features --------------------------------------------------------------------------


def _by_loop(y, o, h):
    """Right, in plain Python."""
    target = o + h - 1
    same = o - 1
    while same % 7 != target % 7:
        same -= 1
    features = [float(y[o - lag]) for lag in range(1, 8)]
    features += [float(y[same]), sum(float(day) for day in y[o - 28 : o]) / 28]
    return [*features, *(int(target % 7 == weekday) for weekday in range(7))]


def _by_weeks(y, o, h):
    """Right, from the last four weeks as a table of days; it asks for an array."""
    weeks = y[o - 28 : o].astype(float).reshape(4, 7)
    return np.hstack(
        [weeks[3, ::-1], weeks[3, (h - 1) % 7], weeks.mean(), np.arange(7) == (o + h - 1) % 7]
    )


kill_features = WriteTheTest(
    reference=reference.kill_features,
    points=3,
    minutes=12,
    level="mid",
    right={"reference": reference.origin_features, "loop": _by_loop, "weeks": _by_weeks},
    mutants=wrong.PLANTED_FEATURES,
    enough=len(wrong.PLANTED_FEATURES),
    misconceptions=(
        wrong.accepts_everything,
        wrong.rejects_everything,
        wrong.one_day_ahead_only,
        wrong.future_rewritten_only,
        wrong.within_a_week_only,
        wrong.within_two_weeks_only,
        wrong.series_ends_at_origin,
        wrong.origin_of_whole_weeks,
        wrong.lags_only,
    ),
)


# ---- direct_forecast ------------------------------------------------------------------------


def _with_simple_models(answer, y, o, H, kind):
    """What comes out with models that anybody can follow, and what each was fitted to."""
    import numpy as np

    fits = []

    class Model:
        def __init__(self):
            self.X, self.t = np.empty((0, 16)), np.empty(0)

        def fit(self, X, t):
            X, t = np.asarray(X, dtype=float), np.asarray(t, dtype=float).ravel()
            fits.append([len(t), float(t.sum()), float(X.sum())])
            if kind != "goes on":
                self.X, self.t = self.X[:0], self.t[:0]
            self.X, self.t = np.vstack([self.X, X]), np.append(self.t, t)
            return self

        def predict(self, X):
            X = np.asarray(X, dtype=float)
            if kind == "nearest":
                gaps = np.abs(X[:, None] - self.X[None]).sum(axis=2)
                return self.t[gaps.argmin(axis=1)]
            if kind == "line":
                ridge = self.X.T @ self.X + np.eye(16)
                return X @ np.linalg.solve(ridge, self.X.T @ self.t)
            return np.full(len(X), self.t.mean())

    forecast = answer(Model, y, o, H)
    return None if forecast is None else {"forecast": forecast, "fits": sorted(fits)}


def _drifting(rng, slope, n=70):
    """It crosses 0, and a line forecasts more of the same."""
    return slope * (np.arange(n) - 20) + rng.normal(0, 20, n)


def _same_forecast(expected, got):
    a, b = np.asarray(expected["forecast"]), np.asarray(got["forecast"])
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-6, equal_nan=True))


def _learned_from_all_pairs(call: Call) -> bool:
    expected, got = np.array(call.expected["fits"]), np.array(call.value["fits"])
    return expected.shape == got.shape and bool(np.allclose(expected, got))


direct_forecast = WriteIt(
    reference=reference.direct_forecast,
    points=4,
    minutes=15,
    level="mid",
    adapter=_with_simple_models,
    agrees=_same_forecast,
    properties=(
        Property(
            "values",
            "a model for each day ahead, asked about the origin",
            lambda rng: [(_days(rng), 48, 4, "nearest"), (_days(rng), 50, 5, "line")],
        ),
        Property(
            "only_the_past",
            "days from the origin on are neither learned from nor looked at",
            lambda rng: [
                (_unknown(_days(rng), 52), 52, 5, "line"),
                (_unknown(_days(rng), 58), 58, 3, "mean"),
                (_unknown(_days(rng), 50, np.nan), 50, 4, "line"),
            ],
        ),
        Property(
            "every_pair",
            "each model learns from every pair whose target comes before the origin",
            lambda rng: [(_days(rng), 50, 4, "mean"), (rng.integers(0, 9, 430), 427, 2, "mean")],
            _learned_from_all_pairs,
        ),
        Property(
            "ends_at_origin",
            "the series may end with the day before the origin",
            lambda rng: [(_days(rng, 50), 50, 3, "nearest"), (_days(rng, 44), 44, 2, "line")],
        ),
        Property(
            "new_model_for_each_day",
            "each day has a new model, because some models go on learning from where they were",
            lambda rng: [(_days(rng), 45, 4, "goes on"), (_days(rng), 52, 2, "goes on")],
        ),
        Property(
            "as_the_model_says",
            "a forecast may be below 0, and outside of what has been",
            lambda rng: [(_drifting(rng, 9), 50, 4, "line"), (_drifting(rng, -9), 45, 4, "line")],
        ),
        Property(
            "further_than_a_week",
            "nine days ahead and more",
            lambda rng: [(_days(rng), 50, 9, "nearest"), (_days(rng), 44, 11, "line")],
        ),
        Property(
            "shortest_history",
            "one pair for the day that is furthest ahead",
            lambda rng: [(_days(rng, 31), 31, 3, "mean"), (_days(rng), 32, 4, "mean")],
        ),
    ),
    misconceptions=(
        wrong.trained_past_origin,
        wrong.end_of_series_for_origin,
        wrong.last_pair_missing,
        wrong.first_pair_missing,
        wrong.same_pairs_for_all,
        wrong.one_model_for_all,
        wrong.forecast_in_brackets,
        wrong.model_of_one_day_ahead,
        wrong.forecast_fed_back,
        wrong.truth_fed_back,
        wrong.asked_about_training,
        wrong.same_model_again,
        wrong.targets_a_day_late,
        wrong.features_without_distance,
        wrong.nothing_below_zero,
    ),
)


# ---- pooled_forecast ------------------------------------------------------------------------


def _with_watched_models(answer, Y, o, H, kind):
    """What comes out with models that anybody can follow, and what they were fitted to."""
    import numpy as np

    fits = []

    class Model:
        def fit(self, X, t):
            self.X, self.t = np.asarray(X, dtype=float), np.asarray(t, dtype=float).ravel()
            columns = np.arange(1, self.X.shape[1] + 1)
            fits.append(
                [len(self.t), float(self.t.sum()), float(np.abs(self.X).sum(axis=0) @ columns)]
            )
            return self

        def predict(self, X):
            X = np.asarray(X, dtype=float)
            if kind == "line":
                ridge = self.X.T @ self.X + np.eye(self.X.shape[1])
                return X @ np.linalg.solve(ridge, self.X.T @ self.t)
            if kind == "nearest":
                gaps = ((X[:, None] - self.X[None]) ** 2).sum(axis=2).round(9)
                return np.array([self.t[gap == gap.min()].mean() for gap in gaps])
            return np.full(len(X), self.t.mean())

    forecast = answer(Model, Y, o, H)
    return None if forecast is None else {"forecast": forecast, "fits": fits}


def _shops(rng, n, n_series=3):
    """Series that differ in size and week, and whose levels wander."""
    week = rng.normal(0, 0.3, (7, n_series))
    level = rng.uniform(1, 6, n_series) + np.cumsum(rng.normal(0, 0.05, (n, n_series)), axis=0)
    return np.exp(level + np.resize(week, (n, n_series)) + rng.normal(0, 0.1, (n, n_series)))


def _hidden(Y, o, what):
    return np.where(np.arange(len(Y))[:, None] < o, Y, what)


def _one_fit_of_all(call: Call) -> bool:
    expected, got = np.array(call.expected["fits"]), np.array(call.value["fits"])
    return expected.shape == got.shape and bool(np.allclose(expected, got))


pooled_forecast = WriteIt(
    reference=reference.pooled_forecast,
    points=4,
    minutes=25,
    level="senior",
    adapter=_with_watched_models,
    agrees=_same_forecast,
    seconds=10.0,
    properties=(
        Property(
            "values",
            "the forecast is what one model of all series says, put back on its base",
            lambda rng: [
                (_shops(rng, 80), 70, 3, "line"),
                (_shops(rng, 75, 2), 66, 4, "mean"),
                (_shops(rng, 75, 2), 68, 2, "nearest"),
            ],
        ),
        Property(
            "only_the_past",
            "days from the origin on change nothing, whatever they hold",
            lambda rng: [
                (_hidden(_shops(rng, 80), 68, 1e6), 68, 3, "line"),
                (_hidden(_shops(rng, 80), 68, np.nan), 68, 3, "line"),
                (_shops(rng, 66), 66, 2, "line"),
            ],
        ),
        Property(
            "one_fit_of_every_pair",
            "one model is fitted once, on every pair whose target comes before the origin",
            lambda rng: [(_shops(rng, 78), 76, 4, "mean"), (_shops(rng, 66, 2), 63, 2, "mean")],
            _one_fit_of_all,
        ),
        Property(
            "further_than_a_week",
            "nine days ahead the base is still one of days before the origin",
            lambda rng: [(_shops(rng, 80, 2), 72, 9, "line"), (_shops(rng, 73, 2), 73, 8, "mean")],
        ),
        Property(
            "unequal_sizes",
            "a series that is ten thousand times larger counts as much as the others",
            lambda rng: [
                (_shops(rng, 75) * [1.0, 1e4, 1e-3], 70, 3, "line"),
                (_shops(rng, 70, 2) * [1e5, 1.0], 66, 2, "line"),
            ],
        ),
        Property(
            "whole_numbers",
            "sales may be whole numbers, of narrow types too",
            lambda rng: [
                (rng.integers(50, 255, (70, 2)).astype(np.uint8), 66, 3, "line"),
                (rng.integers(1, 999, (66, 2)), 64, 2, "mean"),
            ],
        ),
        Property(
            "shortest_history",
            "one pair for the day that is furthest ahead is enough",
            lambda rng: [(_shops(rng, 59, 2), 59, 3, "mean"), (_shops(rng, 70, 1), 58, 2, "mean")],
        ),
    ),
    misconceptions=(
        wrong.model_for_each_series,
        wrong.model_for_each_distance,
        wrong.base_not_put_back,
        wrong.target_not_relative,
        wrong.distance_left_out,
        wrong.target_after_the_origin,
        wrong.last_target_missing,
        wrong.whole_horizons_only,
        wrong.first_origin_missing,
        wrong.distance_from_zero,
        wrong.base_of_all_weekdays,
        wrong.logarithm_of_a_mean,
        wrong.bases_not_turned,
        wrong.still_logarithms,
        wrong.series_in_rows,
        wrong.a_week_at_most,
        wrong.sales_not_logarithms,
        wrong.inputs_not_relative,
        wrong.oldest_day_first,
        wrong.base_of_one_week,
        wrong.base_of_the_past_now,
    ),
)


# ---- inverse_mse_weights --------------------------------------------------------------------


def _forecasters(rng, n=20, names=("naive", "sarima", "forest")):
    """Each with a bias and a spread of its own, and now and then a large miss."""
    truth = rng.gamma(4, 25, n)
    spread, bias = rng.uniform(3, 30, len(names)), rng.uniform(-15, 15, len(names))
    noise = rng.standard_t(3, (n, len(names))) * spread + bias
    return dict(zip(names, (truth[:, None] + noise).T, strict=True)), truth


def _with_closed_days(rng, n_closed):
    preds, truth = _forecasters(rng)
    days = rng.permutation(len(truth))
    truth[days[:n_closed]] = np.nan
    # The shop was open and sold nothing.
    truth[days[-2:]] = 0.0
    return preds, truth


def _with_perfect(rng, n_perfect):
    preds, truth = _forecasters(rng, names=("a", "b", "c", "d"))
    for name in rng.permutation(list(preds))[:n_perfect].tolist():
        preds[name] = truth.copy()
    return preds, truth


def _perfect_but_for_closed_days(rng):
    preds, truth = _with_perfect(rng, 1)
    truth[rng.permutation(20)[:2]] = np.nan
    return preds, truth


inverse_mse_weights = WriteIt(
    reference=reference.inverse_mse_weights,
    points=2,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "in proportion to 1 over the mean squared error",
            lambda rng: [
                _forecasters(rng),
                _forecasters(rng, 7, ("a", "b")),
                _forecasters(rng, 30, ("a", "b", "c", "d")),
                # Exact on three days of four, and worse.
                (
                    {"a": np.array([10.0, 10.0, 10.0, 14.0]), "b": np.full(4, 11.0)},
                    np.full(4, 10.0),
                ),
            ],
        ),
        Property(
            "closed_days",
            "a closed day is left out for every forecaster",
            lambda rng: [_with_closed_days(rng, 1), _with_closed_days(rng, 4)],
        ),
        Property(
            "perfect_forecasters",
            "forecasters without error share all weight",
            lambda rng: [_with_perfect(rng, 1), _with_perfect(rng, 2), _with_perfect(rng, 3)],
        ),
        Property(
            "perfect_on_open_days",
            "a forecaster that was right on every open day made no error",
            lambda rng: [_perfect_but_for_closed_days(rng) for _ in range(2)],
        ),
        Property(
            "tiny_errors",
            "weights are right where errors are so small that 1 over their square is infinite",
            lambda rng: [
                ({"a": np.full(3, 1e-155), "b": np.full(3, 2e-155)}, np.zeros(3)),
                ({"a": np.full(3, 1e-7), "b": np.full(3, 2e-7)}, np.zeros(3)),
                (
                    {"a": np.array([3e-155]), "b": np.array([-1e-155]), "c": np.full(1, 1e-3)},
                    np.zeros(1),
                ),
                (
                    {s: np.full(1, e) for s, e in (("a", 1e-155), ("b", 2e-155), ("c", 4e-155))},
                    np.zeros(1),
                ),
            ],
        ),
        Property(
            "few",
            "there may be one forecaster, or one day",
            lambda rng: [_forecasters(rng, names=("alone",)), _forecasters(rng, 1, ("a", "b"))],
        ),
    ),
    misconceptions=(
        wrong.equal_weights,
        wrong.larger_error_larger_weight,
        wrong.winner_takes_all,
        wrong.first_perfect_takes_all,
        wrong.constant_added,
        wrong.small_errors_taken_for_none,
        wrong.mean_error_squared,
        wrong.inverse_rmse,
        wrong.inverse_mae,
        wrong.inverse_variance,
        wrong.not_scaled_to_one,
        wrong.closed_day_sold_nothing,
        wrong.closed_day_spreads,
        wrong.perfect_divides_by_zero,
        wrong.tiny_errors_overflow,
    ),
)


# ---- pinball_loss ---------------------------------------------------------------------------


def _quantiles(rng, n=12, q=(0.1, 0.5, 0.9)):
    y = rng.gamma(3, 20, n)
    # The shop was open and sold nothing.
    y[-1] = 0.0
    return y, y[:, None] + rng.normal(0, 25, (n, len(q))), np.array(q)


def _closed(rng, n_closed, what=7.0):
    y, f, q = _quantiles(rng)
    days = rng.choice(len(y), n_closed, replace=False)
    y[days] = np.nan
    f[days] = what
    return y, f, q


def _unsigned(rng):
    y, f, q = _quantiles(rng, 20, (0.25, 0.8))
    return (*(np.clip(part, 0, 255).astype(np.uint8) for part in (y, f)), q)


pinball_loss = WriteIt(
    reference=reference.pinball_loss,
    points=2,
    minutes=8,
    level="junior",
    properties=(
        Property(
            "values",
            "each unit too low costs q, and each unit too high the rest of 1",
            lambda rng: [
                _quantiles(rng),
                _quantiles(rng, 9, (0.8,)),
                _quantiles(rng, 7, (0.95, 0.3)),
                _quantiles(rng, 8, (0.6, 0.9, 0.2)),
                # Far out, where whoever keeps quantiles away from 0 and 1 moves them.
                (np.full(2, 10.0), np.array([[8.0, 11.0], [9.0, 13.0]]), np.array([0.999, 0.002])),
            ],
        ),
        Property(
            "closed_days",
            "a closed day is left out, whatever its forecast",
            lambda rng: [_closed(rng, 2), _closed(rng, 3, np.nan), _closed(rng, 1, np.inf)],
        ),
        Property(
            "never_open",
            "without an open day there is no loss",
            lambda rng: [_closed(rng, 12), _closed(rng, 12, np.nan)],
            stands="NaN is right in every call: no day was open",
        ),
        Property(
            "whole_numbers",
            "sales may be whole numbers, of narrow unsigned types too",
            lambda rng: [
                _unsigned(rng),
                # A type with room for days that the other has not.
                *((y.astype(np.uint16) + 200, f, q) for y, f, q in [_unsigned(rng)]),
                # Sales are whole numbers, and forecasts are not.
                (np.array([10, 12]), np.array([[8.5], [13.75]]), np.array([0.75])),
            ],
        ),
        Property(
            "exact",
            "a forecast without error costs nothing",
            lambda rng: [
                (np.array([3.0, 8.0]), np.array([[3.0, 2.0], [8.0, 9.0]]), np.array([0.3, 0.7])),
                (np.array([5.0]), np.array([[5.0, 4.0]]), np.array([0.6, 0.2])),
            ],
        ),
    ),
    misconceptions=(
        wrong.prices_exchanged,
        wrong.absolute_error,
        wrong.twice_the_loss,
        wrong.summed_not_averaged,
        wrong.one_loss_for_all,
        wrong.too_high_costs_nothing,
        wrong.both_cost_the_same,
        wrong.quantiles_sorted,
        wrong.differences_wrap_around,
        wrong.zero_if_never_open,
        wrong.gain_for_being_high,
        wrong.closed_day_is_zero,
        wrong.closed_day_makes_nan,
        wrong.closed_days_counted,
    ),
)


# ---- conformal_interval ---------------------------------------------------------------------


def _missed(rng, n, level, n_closed=0, h=3):
    """Days whose errors are not alike below and above, the forecast not of one size."""
    f = rng.uniform(50, 200, n)
    y = f * np.exp(rng.normal(0.02, 0.2, n)) + rng.exponential(8, n)
    y[rng.choice(n, n_closed, replace=False)] = np.nan
    return y, f, rng.uniform(50, 200, h), level


def _closed_with_nan(rng):
    y, f, new, level = _missed(rng, 24, 0.8, 5)
    return y, np.where(np.isnan(y), np.nan, f), new, level


conformal_interval = WriteIt(
    reference=reference.conformal_interval,
    points=3,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "the radius is the smallest past score that is large enough",
            lambda rng: [
                _missed(rng, 23, 0.8),
                _missed(rng, 12, 0.5),
                _missed(rng, 37, 0.9),
                _missed(rng, 8, 0.6),
                _missed(rng, 10, 0.33),
                _missed(rng, 7, 0.2),
                # Forecasts are whole numbers, and the ends are not.
                (np.array([11.0, 9.0, 13.0]), np.full(3, 10.0), np.array([15, 7]), 0.5),
            ],
        ),
        Property(
            "whole_ranks",
            "where a rank comes out whole, rounding errors do not move it",
            lambda rng: [
                *(_missed(rng, n, level) for n, level in ((9, 0.7), (19, 0.6), (99, 0.29))),
                *(_missed(rng, n, level) for n, level in ((24, 0.56), (29, 0.9), (49, 0.58))),
                _missed(rng, 24, 0.28001),
                # Three equal scores.
                (np.array([11.0, 9.0, 11.0, 14.0]), np.full(4, 10.0), np.array([30.0, 8.0]), 0.6),
            ],
        ),
        Property(
            "too_few_days",
            "with too few past days the interval has no end above",
            lambda rng: [
                _missed(rng, 3, 0.8),
                _missed(rng, 8, 0.9),
                _missed(rng, 18, 0.95),
                _missed(rng, 2, 0.5, 2),
            ],
            stands="ends of 0 and infinity are right in every call: no radius is finite",
        ),
        Property(
            "largest_score",
            "the largest past score may be just enough",
            lambda rng: [_missed(rng, 4, 0.8), _missed(rng, 19, 0.95), _missed(rng, 9, 0.9)],
        ),
        Property(
            "closed_days",
            "a closed day is left out and not counted",
            lambda rng: [
                _missed(rng, 22, 0.8, 6),
                _closed_with_nan(rng),
                _missed(rng, 11, 0.9, 2),
                # Open, and nothing sold.
                (np.array([0.0, 10.0]), np.full(2, 10.0), np.array([5.0, 9.0]), 0.5),
            ],
        ),
        Property(
            "not_below_zero",
            "no lower end is below 0",
            lambda rng: [
                (np.array([10.0, 45.0, 5.0, 60.0]), np.full(4, 10.0), np.array([20.0, 7.0]), 0.7),
                (np.array([90, 5, 60], dtype=np.uint8), np.full(3, 20), np.array([9, 4, 7]), 0.5),
            ],
        ),
    ),
    misconceptions=(
        wrong.quantile_of_past_scores,
        wrong.interpolated_quantile,
        wrong.one_rank_too_high,
        wrong.rank_rounded_down,
        wrong.scores_as_they_come,
        wrong.two_signed_quantiles,
        wrong.level_turned_round,
        wrong.ends_in_rows,
        wrong.largest_for_infinite,
        wrong.half_of_the_rest_a_side,
        wrong.normal_radius,
        wrong.rank_in_floats,
        wrong.closed_days_in_the_count,
        wrong.radius_in_units,
        wrong.share_of_the_truth,
        wrong.below_zero,
    ),
)


# ---- order_quantity -------------------------------------------------------------------------

_COSTS = ((1, 9), (1, 3), (1, 1), (3, 1), (9, 1))


def _demand(rng, n):
    return rng.gamma(2, 30, n)


def _mean_cost(samples, cu, co, order):
    return np.mean(cu * np.maximum(samples - order, 0) + co * np.maximum(order - samples, 0))


def _costs_least(call: Call) -> bool:
    samples, cu, co = call.args
    least = min(_mean_cost(samples, cu, co, order) for order in samples)
    # One order, since all samples at once would cost nothing; and no whole number, which may wrap.
    order = np.asarray(call.value)
    if order.ndim or order.dtype.kind not in "iuf":
        return False
    return _mean_cost(samples, cu, co, float(order)) <= least * (1 + 1e-9)


def _rounded_apart(rng):
    """Two orders cost the same, and the larger one seems to cost less by its last digit."""
    while True:
        samples, cu, co = np.sort(_demand(rng, 10)), 0.3, 0.7
        if _mean_cost(samples, cu, co, samples[3]) < _mean_cost(samples, cu, co, samples[2]):
            return rng.permutation(samples), cu, co


order_quantity = WriteIt(
    reference=reference.order_quantity,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "the order has the least mean cost",
            lambda rng: [(_demand(rng, 37), *costs) for costs in _COSTS],
        ),
        Property(
            "least_cost",
            "no other order costs less over the samples",
            lambda rng: [(rng.poisson(rng.gamma(1, 9, 53)), *costs) for costs in _COSTS],
            _costs_least,
        ),
        Property(
            "share_covered_exactly",
            "of two orders that cost the same the smaller one is taken",
            lambda rng: [
                (_demand(rng, 8), 1, 1),
                (_demand(rng, 8), 3, 1),
                (_demand(rng, 16), 1, 3),
            ],
        ),
        Property(
            "only_the_ratio_counts",
            "costs in cents and in USD give the same order",
            lambda rng: [(_demand(rng, 37), 0.3, 0.1), (_demand(rng, 37), 250, 50)],
        ),
        Property(
            "decimal_costs",
            "costs are decimals, and a share that comes out whole is met exactly",
            lambda rng: [
                (_demand(rng, 7), 0.01, 0.06),
                (_demand(rng, 10), 0.7, 0.3),
                (_demand(rng, 20), 0.35, 0.65),
                (_demand(rng, 100), 0.29, 0.71),
                (_demand(rng, 11), 0.06, 0.05),
                # A little more than one sample: nine decimals tell it, seven do not.
                (_demand(rng, 3), 0.33333334, 0.66666666),
                *((_demand(rng, 10), k / 10, (10 - k) / 10) for k in range(2, 9)),
                *((_demand(rng, 12), *costs) for costs in ((0.1, 0.3), (0.15, 0.05), (0.7, 1.4))),
                *(_rounded_apart(rng) for _ in range(3)),
            ],
        ),
        Property(
            "narrow_types",
            "demand may be counted in a narrow type",
            lambda rng: [
                (rng.permutation(250)[:150].astype(np.uint8), 200, 50),
                (rng.permutation(250)[:80].astype(np.uint8), 3, 4),
            ],
        ),
        Property(
            "nearly_free_shortage",
            "where a unit too few costs next to nothing, the smallest sample is ordered",
            lambda rng: [(_demand(rng, 7), 1e-12, 1), (_demand(rng, 20), 1e-13, 3)],
        ),
        Property(
            "few_samples",
            "there may be one sample, two, or samples that are all alike",
            lambda rng: [
                (_demand(rng, 1), 2, 5),
                (_demand(rng, 2), 5, 2),
                (np.full(6, int(rng.integers(1, 50))), 2, 1),
            ],
        ),
    ),
    misconceptions=(
        wrong.mean_demand,
        wrong.median_demand,
        wrong.costs_swapped,
        wrong.normal_demand,
        wrong.between_samples,
        wrong.next_sample_up,
        wrong.one_sample_short,
        wrong.place_before_the_first,
        wrong.each_value_once,
        wrong.costs_compared_exactly,
        wrong.sorted_in_place,
        wrong.error_in_narrow_types,
        wrong.samples_as_they_come,
        wrong.ratio_of_costs,
        wrong.ratio_in_floats,
    ),
)


# ---- order_departments ----------------------------------------------------------------------

_HORIZON = 14
_SHARES = (0.1, 0.2, 0.8, 0.9, 0.95)


def _hidden_fortnight(seed):
    """Five series of each of ten departments, with costs that are drawn for each."""
    rng = np.random.default_rng(seed)
    history, demand = holdout.departments(rng, 5, _HORIZON)
    cu = rng.permutation(np.tile(_SHARES, 10))
    return (history, _HORIZON, cu, 1 - cu), {"demand": demand, "cu": cu}


def _cents_lost(orders, hidden):
    orders, demand, cu = np.asarray(orders, dtype=float), hidden["demand"], hidden["cu"]
    lost = np.where(demand > orders, cu * (demand - orders), (1 - cu) * (orders - demand))
    return float(100 * (lost.sum(axis=0) / demand.sum(axis=0)).mean())


def _problem_with_orders(value, history, horizon, cu, co):
    orders = np.asarray(value)
    if orders.shape != (horizon, history.shape[1]) or orders.dtype.kind not in "iuf":
        return "return numbers of shape (horizon, n_departments)"
    if not np.isfinite(orders).all():
        return "every order is a finite number, never NaN or infinite"
    return "an order is 0 or more" if (orders < 0).any() else ""


order_departments = BeatIt(
    reference=reference.order_departments,
    left_as_is=True,
    points=5,
    minutes=35,
    level="senior",
    seconds=60.0,
    task=_hidden_fortnight,
    baseline=wrong.quantile_of_all_days,
    metrics=(Metric("cents_lost_per_usd", _cents_lost),),
    # With 50 columns two equally good methods differ by up to a fifth of the way.
    par=0.8,
    problem=_problem_with_orders,
    misconceptions=(
        wrong.quantile_of_all_days,
        wrong.quantile_of_half_a_year,
        wrong.quantile_of_each_weekday,
        wrong.mean_of_four_weeks,
        wrong.mean_of_eight_weeks,
        wrong.last_week_again,
        wrong.departments_costs_swapped,
        wrong.always_a_reserve,
        wrong.one_policy_for_all,
        wrong.share_of_the_mean,
        wrong.days_and_departments_swapped,
    ),
)
