"""The exercises on demand forecasting, in teaching order."""

from __future__ import annotations

import numpy as np

from solutions.demand_forecasting import misconceptions as wrong
from solutions.demand_forecasting import reference
from utils import holdout
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

# ---- break it -------------------------------------------------------------------------------


def _problem_with_series(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 3:
        return "return three values: y, p and n_test"
    y, p, n_test = arguments
    if problem := problem_with_days(y):
        return problem
    if not (is_whole(p) and 1 <= p <= 5):
        return "p is from 1 to 5"
    if not (is_whole(n_test) and n_test >= 1):
        return "n_test is at least 1"
    rows_left = min(-(-(len(y) - p) // p), len(y) - p - 1) - n_test
    return "" if rows_left >= 1 else "y is too short: no row is left for training"


break_backtest = BreakIt(
    reference=reference.break_backtest,
    points=3,
    minutes=10,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_series,
    misconceptions=(
        wrong.straight_line,
        wrong.windows_of_one_day,
        wrong.nothing_to_train_on,
        wrong.days_out_of_range,
        wrong.series_alone,
    ),
)


# ---- make_windows ---------------------------------------------------------------------------


def _days(rng, n=30):
    return rng.permutation(200)[:n]


make_windows = WriteIt(
    reference=reference.make_windows,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "every window that has a target, and the day after it",
            lambda rng: [*((_days(rng), p) for p in (1, 2, 7)), (_days(rng) / 8, 3)],
        ),
        Property(
            "further_ahead",
            "with h the target lies h days after the last day of its row",
            lambda rng: [(_days(rng), 3, 2), (_days(rng), 2, 7)],
        ),
        Property(
            "too_short",
            "no rows, but p columns, where no window has a target",
            lambda rng: [(_days(rng, 3), 3), (_days(rng, 2), 5), (_days(rng, 4), 2, 5)],
        ),
    ),
    misconceptions=(
        wrong.side_by_side,
        wrong.newest_first,
        wrong.target_inside,
        wrong.always_tomorrow,
        wrong.h_from_zero,
        wrong.last_row_missing,
        wrong.row_without_target,
    ),
)


# ---- seasonal_naive -------------------------------------------------------------------------

seasonal_naive = WriteIt(
    reference=reference.seasonal_naive,
    points=1,
    minutes=4,
    level="junior",
    properties=(
        Property(
            "values",
            "each day is the same day of the last season",
            lambda rng: [(_days(rng), 7, 7), (_days(rng), 7, 3), (_days(rng) / 8, 5, 4)],
        ),
        Property(
            "beyond_a_season",
            "the season is repeated as often as it takes",
            lambda rng: [(_days(rng), 7, 18), (_days(rng), 2, 5)],
        ),
        Property(
            "season_of_one_day",
            "with m = 1 it is the last day",
            lambda rng: [(_days(rng), 1, 4)],
        ),
        Property(
            "one_season_of_history",
            "one season of history is enough",
            lambda rng: [(_days(rng, 7), 7, 9)],
        ),
    ),
    misconceptions=(
        wrong.last_day_repeated,
        wrong.last_h_days,
        wrong.one_season_only,
        wrong.first_season,
        wrong.season_turned_round,
        wrong.seasonal_mean,
    ),
)


# ---- mase -----------------------------------------------------------------------------------


def _forecast(rng, n_train=40, h=6):
    return rng.gamma(3, 20, h), rng.gamma(3, 20, h), rng.gamma(3, 20, n_train)


mase = WriteIt(
    reference=reference.mase,
    points=2,
    minutes=8,
    level="junior",
    properties=(
        Property(
            "values",
            "mean absolute error over that of the seasonal naive forecast in training",
            lambda rng: [(*_forecast(rng), m) for m in (1, 7, 7, 12)],
        ),
        Property(
            "whole_numbers",
            "integers, as sales are often counted",
            lambda rng: [(*(part.astype(int) for part in _forecast(rng)), 7)],
        ),
        Property(
            "nan_without_scale",
            "a season that repeats exactly, or a training series of one season, gives no scale",
            lambda rng: [
                (np.arange(3.0), np.arange(3.0), np.tile(rng.random(7), 2), 7),
                (rng.random(3), rng.random(3), rng.random(4), 7),
                (rng.random(3), rng.random(3), np.tile(rng.random(7), 4), 7),
                (rng.random(3), rng.random(3), rng.random(7), 7),
            ],
        ),
        Property(
            "perfect_is_zero",
            "a forecast without error scores 0",
            lambda rng: [(np.arange(5.0), np.arange(5.0), rng.random(20), 7)],
        ),
    ),
    misconceptions=tuple(wrong.PLANTED_MASE.values()),
)


# ---- kill_mase ------------------------------------------------------------------------------


def _by_loop(y_true, y_pred, y_train, m):
    """Right, in plain Python."""
    steps = [abs(float(b) - float(a)) for a, b in zip(y_train, y_train[m:], strict=False)]
    if not steps or not any(steps):
        return float("nan")
    errors = [abs(float(a) - float(b)) for a, b in zip(y_true, y_pred, strict=True)]
    return sum(errors) / len(errors) / (sum(steps) / len(steps))


def _by_norms(y_true, y_pred, y_train, m):
    """Right, by norms; a numpy float comes back."""
    steps = np.subtract(y_train[m:], y_train[: max(0, len(y_train) - m)], dtype=float)
    scale = np.linalg.norm(steps, 1)
    if scale == 0:
        return np.float64(np.nan)
    error = np.linalg.norm(np.subtract(y_true, y_pred, dtype=float), 1)
    return error * len(steps) / len(y_true) / scale


kill_mase = WriteTheTest(
    reference=reference.kill_mase,
    points=3,
    minutes=10,
    level="mid",
    right={"reference": reference.mase, "loop": _by_loop, "norms": _by_norms},
    mutants=wrong.PLANTED_MASE,
    enough=7,
    misconceptions=(
        wrong.accepts_everything,
        wrong.rejects_everything,
        wrong.seasons_of_one_day,
        wrong.errors_all_alike,
        wrong.one_day_of_forecast,
        wrong.only_undefined_case,
    ),
)


# ---- difference -----------------------------------------------------------------------------

difference = WriteIt(
    reference=reference.difference,
    points=1,
    minutes=5,
    level="junior",
    properties=(
        Property(
            "values",
            "each day less the day m before",
            lambda rng: [(_days(rng), 1, 1), (_days(rng) / 8, 1, 7), (_days(rng), 1, 2)],
        ),
        Property(
            "taken_again",
            "d times",
            lambda rng: [(_days(rng), 2, 1), (_days(rng), 2, 3), (_days(rng), 3, 2)],
        ),
        Property("zero_times", "with d = 0 nothing is done", lambda rng: [(_days(rng), 0, 7)]),
        Property(
            "too_short",
            "nothing remains of a series of one season",
            lambda rng: [(_days(rng, 7), 1, 7), (_days(rng, 3), 1, 7)],
        ),
    ),
    misconceptions=(
        wrong.lag_ignored,
        wrong.once_only,
        wrong.lag_for_count,
        wrong.earlier_minus_later,
        wrong.first_days_kept,
        wrong.relative_change,
    ),
)


# ---- inverse_difference ---------------------------------------------------------------------


def _round_trip(rng, m, h):
    y = rng.permutation(300)[: 20 + h].astype(float)
    return reference.difference(y, 1, m)[-h:], y[:-h], m


inverse_difference = WriteIt(
    reference=reference.inverse_difference,
    points=2,
    minutes=8,
    level="mid",
    properties=(
        Property(
            "round_trip",
            "the true changes give the true levels back",
            lambda rng: [_round_trip(rng, 1, 5), _round_trip(rng, 2, 6), _round_trip(rng, 7, 20)],
        ),
        Property(
            "within_a_season",
            "fewer days than a season has",
            lambda rng: [_round_trip(rng, 7, 3)],
        ),
        Property(
            "no_change",
            "changes of 0 repeat the last season",
            lambda rng: [(np.zeros(10), _days(rng), 7)],
        ),
        Property(
            "history_of_a_season",
            "m days of history are enough",
            lambda rng: [(rng.integers(-9, 9, 9), _days(rng, 7), 7)],
        ),
        Property(
            "forecasts_have_fractions",
            "whole sales may be forecast to change by a part of a unit, and to below 0",
            lambda rng: [(rng.normal(0, 60, 9).round(2), rng.integers(0, 50, 12), 4)],
        ),
        Property(
            "day_by_day_by_default",
            "without a lag a change is on top of the day before",
            lambda rng: [(rng.integers(-9, 9, 5), _days(rng, 12))],
        ),
    ),
    misconceptions=(
        wrong.anchored_to_last_day,
        wrong.anchored_to_first_day,
        wrong.summed_without_season,
        wrong.second_season_not_chained,
        wrong.history_returned_too,
        wrong.changes_subtracted,
    ),
)


# ---- ar_fit ---------------------------------------------------------------------------------


def _autoregressive(rng, n=300, coef=(5.0, 0.6, -0.3)):
    y = [12.0, 3.0]
    for noise in rng.normal(0, 1, n):
        y.append(coef[0] + coef[1] * y[-1] + coef[2] * y[-2] + noise)
    return np.array(y)


ar_fit = WriteIt(
    reference=reference.ar_fit,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "least squares with an intercept, yesterday's weight first",
            lambda rng: [(_autoregressive(rng, n), p) for n, p in ((60, 1), (80, 2), (60, 4))],
        ),
        Property(
            "finds_the_truth",
            "of a long series that was made with 5, 0.6 and -0.3 it finds these",
            lambda rng: [(_autoregressive(rng, 4000), 2)],
            lambda call: bool(np.allclose(call.value, [5.0, 0.6, -0.3], atol=0.35)),
        ),
        Property(
            "whole_numbers",
            "a series of integers",
            lambda rng: [(rng.integers(0, 50, 40), 2)],
        ),
    ),
    misconceptions=(
        wrong.no_intercept,
        wrong.oldest_weight_first,
        wrong.intercept_last,
        wrong.centred_intercept,
        wrong.fitted_to_the_future,
        wrong.one_row_too_few,
    ),
)


# ---- ar_forecast ----------------------------------------------------------------------------

ar_forecast = WriteIt(
    reference=reference.ar_forecast,
    points=2,
    minutes=8,
    level="mid",
    properties=(
        Property(
            "values",
            "each forecast from the days before it",
            lambda rng: [
                (np.array([5.0, 0.6, -0.3]), _autoregressive(rng, 20), 6),
                (np.array([1.0, 0.2, 0.1, 0.5]), _autoregressive(rng, 20), 9),
                (np.array([-2.0, 0.7, 0.4]), rng.integers(1, 50, 12), 4),
                (np.array([-3.0, -0.4, 0.3]), rng.normal(0, 9, 12), 4),
            ],
        ),
        Property(
            "one_day",
            "tomorrow alone",
            lambda rng: [(np.array([3.0, 0.5, 0.1]), _autoregressive(rng, 20), 1)],
        ),
        Property(
            "long_run",
            "far ahead the forecast is the intercept over 1 less the weights",
            lambda rng: [(np.array([5.0, 0.6, -0.3]), _autoregressive(rng, 20), 60)],
            lambda call: bool(np.isclose(list(call.value)[-1], 5 / (1 - 0.6 + 0.3), atol=1e-3)),
        ),
        Property(
            "history_of_p_days",
            "p days of history are enough",
            lambda rng: [(np.array([1.0, 0.3, 0.2]), rng.random(2) * 9, 3)],
        ),
    ),
    misconceptions=(
        wrong.weights_turned_round,
        wrong.first_step_repeated,
        wrong.intercept_forgotten,
        wrong.starts_at_the_beginning,
        wrong.intercept_as_weight,
        wrong.history_in_front,
        wrong.truth_not_forecast,
    ),
)


# ---- rolling_origin -------------------------------------------------------------------------


def _watched(answer, y, forecaster, start, h, step):
    """What came out, and what the forecaster was given each time: how much, and up to which day."""
    import numpy as np

    seen = []

    def fit_predict(history, h):
        history = np.asarray(history, dtype=float)
        seen.append([len(history), float(history.sum())])
        if forecaster == "mean":
            return np.full(h, history.mean())
        return np.resize(history[-3:], h)

    errors = answer(y, fit_predict, start, h, step)
    return None if errors is None else {"errors": errors, "seen": seen}


def _saw_only_the_past(call: Call) -> bool:
    y, _, start, h, step = call.args
    origins = range(start, len(y) - h + 1, step)
    past = [[o, float(y[:o].sum())] for o in origins]
    return bool(np.allclose(call.value["seen"], past))


def _same_errors(expected, got):
    return np.shape(expected["errors"]) == np.shape(got["errors"]) and bool(
        np.allclose(expected["errors"], got["errors"]) if expected["errors"] else True
    )


rolling_origin = WriteIt(
    reference=reference.rolling_origin,
    points=3,
    minutes=12,
    level="mid",
    adapter=_watched,
    agrees=_same_errors,
    properties=(
        Property(
            "values",
            "an error for each origin from which h days remain",
            lambda rng: [
                (_days(rng, 40), "mean", 20, 3, 3),
                (_days(rng, 41), "last", 14, 7, 5),
                (_days(rng, 30), "mean", 25, 1, 1),
            ],
        ),
        Property(
            "only_the_past",
            "the forecaster is given all days before the origin and no other",
            lambda rng: [(_days(rng, 40), "mean", 10, 4, 6), (_days(rng, 30), "last", 20, 2, 4)],
            _saw_only_the_past,
        ),
        Property(
            "last_origin",
            "the last origin ends with the series",
            lambda rng: [(_days(rng, 24), "last", 10, 4, 5), (_days(rng, 12), "mean", 10, 2, 1)],
        ),
        Property(
            "no_origin",
            "no origin, no errors",
            lambda rng: [(_days(rng, 12), "mean", 10, 5, 1)],
        ),
    ),
    misconceptions=(
        wrong.whole_series_shown,
        wrong.first_target_shown,
        wrong.sliding_window,
        wrong.last_origin_missing,
        wrong.incomplete_origin_kept,
        wrong.fitted_once,
        wrong.step_ignored,
    ),
)


# ---- select_arima ---------------------------------------------------------------------------


def _moving_average(rng, n=50):
    noise = rng.normal(0, 1, n + 1)
    return 10 + noise[1:] + 0.9 * noise[:-1]


def _wandering(rng, n=50):
    return 100 + np.cumsum(_moving_average(rng, n) - 10)


def _weekly(rng, n_weeks=14):
    """A season of 4 days whose level wanders: one seasonal difference, one seasonal MA term."""
    noise = rng.normal(0, 1, (n_weeks, 4))
    level = np.cumsum(0.3 * noise, axis=0)
    return (np.array([50.0, 20.0, 30.0, 90.0]) + level + noise).ravel()


def _to_and_fro(rng, n=50):
    """It asks for p = 2, a neighbour of which has a seasonal lag of two days twice."""
    y = [1.0, 0.0]
    for noise in rng.normal(0, 1, n):
        y.append(1.2 * y[-1] - 0.8 * y[-2] + noise)
    return np.array(y)


def _grid(**largest):
    return {"p": 0, "d": 0, "q": 0, "P": 0, "D": 0, "Q": 0, "m": 7, **largest}


def _is_order(order, grid):
    """Whether an order lies in the grid and has its differences and its season."""
    p, d, q, P, D, Q, m = order
    parts = {"p": p, "q": q, "P": P, "Q": Q}
    return (d, D, m) == (grid["d"], grid["D"], grid["m"]) and all(
        is_whole(part) and 0 <= part <= grid[name] for name, part in parts.items()
    )


def _among_the_best(call: Call) -> bool:
    (y, grid), (order, aicc, failed) = call.args, call.value
    z = reference.difference(reference.difference(y, grid["d"]), grid["D"], grid["m"])

    def real(order):
        p, _, q, P, _, Q, m = order
        return reference._aicc(z, (p, q, P, Q), m, constant=grid["d"] + grid["D"] == 0)

    return (
        all(_is_order(each, grid) for each in (order, *failed))
        and abs(real(order) - aicc) < 0.1
        and aicc <= call.expected[1] + 2
        # A model that can be fitted has not failed.
        and all(real(each) == np.inf for each in failed)
    )


def _failures_told(call: Call) -> bool:
    failed = {tuple(order) for order in call.value[2]}
    return _among_the_best(call) and set(call.expected[2]) <= failed


select_arima = WriteIt(
    reference=reference.select_arima,
    points=4,
    minutes=25,
    level="senior",
    seconds=30.0,
    properties=(
        Property(
            "among_the_best",
            "the order has the AICc that is claimed for it, and none found is lower by more than 2",
            lambda rng: [(_moving_average(rng), _grid(p=2, q=1))],
            _among_the_best,
        ),
        Property(
            "differences_fixed",
            "differences are taken first, and what was differenced has no constant",
            lambda rng: [(_wandering(rng), _grid(p=1, d=1, q=1))],
            _among_the_best,
        ),
        Property(
            "season",
            "the seasonal orders are searched too",
            lambda rng: [(_weekly(rng), _grid(P=1, D=1, Q=1, m=4))],
            _among_the_best,
        ),
        Property(
            "failures_passed_over",
            "a neighbour of the best model cannot be fitted: the search goes on and says so",
            lambda rng: [(_to_and_fro(rng), _grid(p=2, P=1, m=2))],
            _failures_told,
        ),
    ),
    misconceptions=(
        wrong.largest_model,
        wrong.smallest_model,
        wrong.aic_for_aicc,
        wrong.never_differenced,
        wrong.constant_always,
        wrong.autoregression_only,
        wrong.without_season,
        wrong.failures_hidden,
    ),
)


# ---- forecast_sales -------------------------------------------------------------------------

_HORIZON = 28


def _hidden_month(seed):
    """Ten departments as of four mornings of the year."""
    history, truth = holdout.departments(np.random.default_rng(seed), 4, _HORIZON)
    return (history, _HORIZON), {"truth": truth, "history": history}


def _mean_mase(forecast, hidden):
    columns = zip(
        hidden["truth"].T, np.asarray(forecast)[:, :, 0].T, hidden["history"].T, strict=True
    )
    return float(np.mean([reference.mase(truth, mine, past, 7) for truth, mine, past in columns]))


def _mean_interval_score(forecast, hidden):
    low, high = np.moveaxis(np.asarray(forecast)[:, :, 1:], 2, 0)
    truth, history = hidden["truth"], hidden["history"]
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    scale = np.abs(history[7:] - history[:-7]).mean(axis=0)
    return float(((high - low + 10 * outside) / scale).mean())


def _problem_with_forecast(value, history, horizon):
    forecast = np.asarray(value)
    if forecast.shape != (horizon, history.shape[1], 3) or forecast.dtype.kind not in "iuf":
        return "return numbers of shape (horizon, n_series, 3)"
    if not np.isfinite(forecast).all():
        return "a forecast is a finite number: there is NaN or infinity among them"
    if (forecast[:, :, 1] > forecast[:, :, 2]).any():
        return "the lower end of an interval comes before its upper end"
    return ""


forecast_sales = BeatIt(
    reference=reference.forecast_sales,
    points=5,
    minutes=40,
    level="senior",
    seconds=90.0,
    task=_hidden_month,
    baseline=wrong.mean_of_four_weeks,
    metrics=(
        Metric("mase", _mean_mase),
        Metric("interval_score", _mean_interval_score),
    ),
    # With 40 columns two equally good methods differ by up to half of the way.
    par=0.5,
    problem=_problem_with_forecast,
    misconceptions=(
        wrong.mean_of_four_weeks,
        wrong.last_week_again,
        wrong.one_level_for_all_days,
        wrong.interval_of_no_width,
        wrong.interval_of_95_per_cent,
        wrong.columns_and_days_swapped,
    ),
)
