"""The exercises on demand forecasting, in teaching order."""

from __future__ import annotations

import numpy as np

from solutions.demand_forecasting import misconceptions as wrong
from solutions.demand_forecasting import reference
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


def _days(rng, n=30):
    return rng.permutation(200)[:n]


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
    return "" if rows_left >= 1 else "y leaves a row for training, whatever the defect"


break_backtest = BreakIt(
    reference=reference.break_backtest,
    points=3,
    minutes=15,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_series,
    misconceptions=(
        wrong.straight_line,
        wrong.windows_of_one_day,
        wrong.errors_of_one_sign,
        wrong.nothing_to_train_on,
        wrong.too_many_days,
        wrong.days_out_of_range,
        wrong.not_three_values,
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
            "the mean absolute error is divided by the scale of the training series",
            lambda rng: [
                *((*_forecast(rng), m) for m in (1, 7, 7, 12)),
                (*_forecast(rng, 8), 7),
                (*_forecast(rng)[:2], 1e-10 * rng.random(9), 2),
            ],
        ),
        Property(
            "whole_numbers",
            "sales may be whole numbers, of narrow types too",
            lambda rng: [
                (*(part.astype(int) for part in _forecast(rng)), 7),
                (*(np.clip(part, 0, 255).astype(np.uint8) for part in _forecast(rng)), 7),
                (*(part.astype(np.uint16) for part in _forecast(rng)), 1),
                (*(rng.integers(-128, 128, n).astype(np.int8) for n in (6, 6, 30)), 7),
                (rng.integers(0, 9, 6), *_forecast(rng)[1:], 7),
                (*np.array([[40_000, 1], [0, 9], [50_000, 0]], dtype=np.uint16), 1),
            ],
        ),
        Property(
            "nan_without_scale",
            "the value is NaN if the season repeats exactly, or if there is only one season",
            lambda rng: [
                (np.arange(3.0), np.arange(3.0), np.tile(rng.random(7), 2), 7),
                (rng.random(3), rng.random(3), rng.random(4), 7),
                (rng.random(3), rng.random(3), np.tile(rng.random(7), 4), 7),
                (rng.random(3), rng.random(3), rng.random(7), 7),
                (rng.random(4), rng.random(4), np.full(9, 6.0), 1),
            ],
            stands="NaN is right in every call: these are the calls without a scale",
        ),
        Property(
            "perfect_is_zero",
            "the value of a forecast without error is 0",
            lambda rng: [
                (np.arange(5.0), np.arange(5.0), rng.random(20), 7),
                (np.arange(3.0), np.arange(3.0), rng.random(9), 1),
            ],
            stands="0 is right in every call: these are forecasts without error",
        ),
    ),
    misconceptions=(
        *wrong.PLANTED_MASE.values(),
        wrong.scale_of_test_by_season,
        wrong.scale_of_all_days,
        wrong.days_in_a_circle,
        wrong.narrow_types_wrap,
        wrong.errors_added_up,
        wrong.error_without_scale,
        wrong.turned_upside_down,
        wrong.error_where_nothing_is_defined,
    ),
)


# ---- kill_mase ------------------------------------------------------------------------------


def _by_loop(y_true, y_pred, y_train, m):
    """Right, in plain Python."""
    steps = [abs(float(b) - float(a)) for a, b in zip(y_train, y_train[m:], strict=False)]
    if not steps or not any(steps):
        return float("nan")
    errors = [abs(float(a) - float(b)) for a, b in zip(y_true, y_pred, strict=True)]
    return sum(errors) / len(errors) / (sum(steps) / len(steps))


def _as_python(y_true, y_pred, y_train, m):
    """Right, and a Python float comes back; the last digits are those of a sum from the right."""
    return float(_by_loop(y_true[::-1], y_pred[::-1], y_train[::-1], m))


def _by_norms(y_true, y_pred, y_train, m):
    """Right, by norms; it asks for arrays, may warn of 0 / 0, and a numpy float comes back."""
    y_train = y_train.astype(float)
    steps = y_train[m:] - y_train[: max(0, len(y_train) - m)]
    scale = np.linalg.norm(steps, 1) / len(steps)
    error = np.linalg.norm(np.subtract(y_true, y_pred, dtype=float), 1) / len(y_true)
    return error / (scale or np.float64(np.nan))


kill_mase = WriteTheTest(
    reference=reference.kill_mase,
    points=3,
    minutes=10,
    level="mid",
    right={
        "reference": reference.mase,
        "loop": _by_loop,
        "norms": _by_norms,
        "reversed": _as_python,
    },
    mutants=wrong.PLANTED_MASE,
    enough=11,
    misconceptions=(
        wrong.accepts_everything,
        wrong.rejects_everything,
        wrong.seasons_of_one_day,
        wrong.errors_all_alike,
        wrong.one_day_of_forecast,
        wrong.only_undefined_case,
        wrong.no_undefined_case,
    ),
)


# ---- ar_forecast ----------------------------------------------------------------------------


def _autoregressive(rng, n=60, coef=(5.0, 0.6, -0.3)):
    y = [12.0, 3.0]
    for noise in rng.normal(0, 1, n):
        y.append(coef[0] + coef[1] * y[-1] + coef[2] * y[-2] + noise)
    return np.array(y)


ar_forecast = WriteIt(
    reference=reference.ar_forecast,
    points=3,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "the weights come from all days of the series, and each forecast from the days before",
            lambda rng: [
                (_autoregressive(rng), 2, 6),
                (_autoregressive(rng, 40), 1, 3),
                (_autoregressive(rng, 50), 4, 9),
                (rng.normal(-20, 9, 40), 3, 5),
                (300 + _autoregressive(rng, 40), 2, 5),
                # In millions: six decimals are too few.
                (_autoregressive(rng, 30) / 1000, 2, 3),
            ],
        ),
        Property("one_day", "one day may be asked for", lambda rng: [(_autoregressive(rng), 3, 1)]),
        Property(
            "whole_numbers",
            "sales may be whole numbers, of narrow types too",
            lambda rng: [
                (rng.integers(0, 50, 40), 2, 4),
                (rng.integers(0, 255, 40).astype(np.uint8), 2, 4),
                (_autoregressive(rng, 30).astype(np.float16), 1, 3),
            ],
        ),
        Property(
            "long_run",
            "far ahead the forecast of a series that returns to its level stops changing",
            lambda rng: [(_autoregressive(rng, 80), 2, 60)],
        ),
    ),
    misconceptions=(
        wrong.no_intercept,
        wrong.weights_turned_round,
        wrong.first_step_repeated,
        wrong.last_day_left_out,
        wrong.model_for_each_day,
        wrong.intercept_is_the_mean,
        wrong.mean_taken_away,
        wrong.another_estimate,
        wrong.first_row_left_out,
        wrong.days_before_the_first,
        wrong.intercept_not_added,
        wrong.mean_for_coming_days,
        wrong.one_of_the_days,
        wrong.a_day_early,
        wrong.forecasts_cut_off,
        wrong.history_in_front,
        wrong.nothing_below_zero,
        wrong.last_day_for_later_ones,
    ),
)


# ---- holt_winters ---------------------------------------------------------------------------


def _seasonal(rng, n, m=7):
    return 60 + np.resize(rng.normal(0, 20, m), n) + np.cumsum(rng.normal(0, 2, n))


holt_winters = WriteIt(
    reference=reference.holt_winters,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "level and season move with every day after the first season",
            lambda rng: [
                (_seasonal(rng, 35), 7, 0.3, 0.2, 7),
                (_seasonal(rng, 24, 4), 4, 0.15, 0.5, 3),
                (_seasonal(rng, 21, 3), 3, 0.6, 0.1, 3),
                (_seasonal(rng, 21) - 100, 7, 0.2, 0.3, 3),
                ((_seasonal(rng, 21) - 60).clip(0), 7, 0.2, 0.3, 3),
                (_seasonal(rng, 1500), 7, 0.2, 0.1, 3),
            ],
        ),
        Property(
            "unfinished_season",
            "the series may end in the middle of a season",
            lambda rng: [
                (_seasonal(rng, 33), 7, 0.3, 0.2, 7),
                (_seasonal(rng, 18, 4), 4, 0.2, 0.3, 4),
            ],
        ),
        Property(
            "beyond_a_season",
            "the latest season is repeated as often as it takes",
            lambda rng: [(_seasonal(rng, 30), 7, 0.4, 0.3, 18)],
        ),
        Property(
            "one_season_of_history",
            "the first season alone is repeated as it was",
            lambda rng: [(_seasonal(rng, 7), 7, 0.4, 0.3, 9)],
        ),
        Property(
            "extremes",
            "with 0 nothing is learned, with 1 the last day counts alone",
            lambda rng: [
                (_seasonal(rng, 30), 7, 0.0, 0.0, 7),
                (_seasonal(rng, 30), 7, 1.0, 0.2, 7),
                (_seasonal(rng, 30), 7, 0.2, 1.0, 7),
            ],
        ),
        Property(
            "whole_numbers",
            "sales may be whole numbers, of narrow types too",
            lambda rng: [(rng.integers(0, 255, 30).astype(np.uint8), 7, 0.3, 0.2, 7)],
        ),
    ),
    misconceptions=(
        wrong.season_from_new_level,
        wrong.level_from_new_season,
        wrong.weights_in_each_others_place,
        wrong.weights_exchanged,
        wrong.season_starts_at_zero,
        wrong.two_starting_levels,
        wrong.first_day_not_learned,
        wrong.last_day_not_learned,
        wrong.level_alone,
        wrong.season_off_by_a_day,
        wrong.season_cut_off,
        wrong.first_days_overwritten,
        wrong.season_never_changes,
        wrong.first_season_forecast,
        wrong.last_day_beyond_a_season,
        wrong.level_keeps_its_season,
        wrong.season_starts_again,
        wrong.season_turned_into_factors,
    ),
)


# ---- rolling_origin -------------------------------------------------------------------------


def _watched(answer, y, forecaster, start, h, step):
    """What came out, and what the forecaster was given: how much, and up to which day."""
    import numpy as np

    seen = []

    def fit_predict(history, h):
        history = np.asarray(history)
        seen.append([len(history), float(history.sum(dtype=float))])
        if forecaster == "mean":
            return np.full(h, history.mean())
        # As in the example, a part of the series itself: whoever writes into it changes the series.
        last = history[-h:] if len(history) >= h else np.resize(history, h)
        return last.tolist() if forecaster == "list" else last

    errors = answer(y, fit_predict, start, h, step)
    # Which origin comes first is the answer's own choice.
    return None if errors is None else {"errors": errors, "seen": sorted(seen)}


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
            "there is an error for each origin from which h days remain",
            lambda rng: [
                (_days(rng, 40), "mean", 20, 3, 3),
                (_days(rng, 41), "last", 14, 7, 5),
                (_days(rng, 30), "mean", 25, 1, 1),
                (_days(rng, 33), "mean", 12, 5, 4),
                # Fewer days are known than are forecast.
                (np.array([3, 8, 4, 9, 6]), "mean", 2, 3, 1),
            ],
        ),
        Property(
            "whole_numbers",
            "sales and forecasts may be whole numbers, of narrow types too",
            lambda rng: [
                (rng.integers(0, 255, 30).astype(np.uint8), "last", 20, 3, 4),
                (rng.integers(0, 255, 30).astype(np.uint8), "last", 12, 2, 3),
                (rng.integers(0, 255, 26).astype(np.uint8), "mean", 18, 3, 2),
                (rng.permutation([10, 60_000] * 10).astype(np.uint16), "last", 12, 3, 2),
            ],
        ),
        Property(
            "forecast_as_a_list",
            "the forecaster may return any sequence, such as a list",
            lambda rng: [(_days(rng), "list", 15, 4, 3), (_days(rng), "list", 20, 1, 2)],
        ),
        Property(
            "only_the_past",
            "the forecaster is given all days before the origin and no other",
            lambda rng: [
                (_days(rng, 40), "mean", 10, 4, 6),
                (_days(rng, 30), "last", 20, 2, 4),
                # More than four years of days.
                (rng.integers(0, 200, 1503), "mean", 1500, 3, 1),
            ],
            _saw_only_the_past,
        ),
        Property(
            "last_origin",
            "the last origin ends with the series",
            lambda rng: [
                (_days(rng, 24) / 2, "last", 10, 4, 5),
                (_days(rng, 12), "mean", 10, 2, 1),
            ],
        ),
        Property(
            "no_origin",
            "without an origin the list is empty",
            lambda rng: [
                (_days(rng, 12), "mean", 10, 5, 1),
                (_days(rng, 9), "last", 9, 1, 2),
                (_days(rng, 3), "last", 1, 5, 1),
            ],
            stands="an empty list is right in every call",
        ),
    ),
    misconceptions=(
        wrong.whole_series_shown,
        wrong.first_target_shown,
        wrong.last_known_day_hidden,
        wrong.sliding_window,
        wrong.last_origin_missing,
        wrong.incomplete_origin_kept,
        wrong.fitted_once,
        wrong.step_ignored,
        wrong.first_day_alone,
        wrong.errors_with_their_signs,
        wrong.errors_summed,
        wrong.errors_squared,
        wrong.median_of_errors,
        wrong.origins_not_told,
        wrong.one_mean_of_all,
        wrong.errors_wrap_around,
        wrong.forecast_is_an_array,
    ),
)


# ---- back_transform -------------------------------------------------------------------------


def _log_forecast(rng, h=5):
    return rng.normal(5, 1, h), rng.uniform(0.1, 0.9, h)


back_transform = WriteIt(
    reference=reference.back_transform,
    points=2,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "each loss asks for another number of the same distribution",
            lambda rng: [(*_log_forecast(rng), loss) for loss in ("absolute", "squared", 0.9, 0.2)],
        ),
        Property(
            "quantiles",
            "a number above or below one half asks for more or less than the middle",
            lambda rng: [(*_log_forecast(rng), q) for q in (0.05, 0.5, 0.75, 0.99, 0.9999, 0.0001)],
        ),
        Property(
            "days_differ",
            "each day has a standard deviation of its own",
            lambda rng: [
                (np.full(4, 3.0), np.array([0.0, 0.2, 0.5, 1.1]), "squared"),
                (np.full(4, 3.0), np.array([0.0, 0.2, 0.5, 1.1]), 0.8),
                (np.array([3, 0]), np.array([0.3, 5.0]), "squared"),
                (np.array([3, 0]), np.array([0, 1]), 0.9),
                (np.array([3, 0]), np.array([1, 3]), "squared"),
            ],
        ),
        Property(
            "no_spread",
            "what is certain needs no correction",
            lambda rng: [(rng.normal(2, 1, 3), np.zeros(3), loss) for loss in ("squared", 0.7)],
        ),
        Property(
            "one_day",
            "one day may be asked for",
            lambda rng: [(*_log_forecast(rng, 1), loss) for loss in ("absolute", "squared", 0.6)],
        ),
    ),
    misconceptions=(
        wrong.always_the_median,
        wrong.always_the_mean,
        wrong.losses_exchanged,
        wrong.deviation_for_variance,
        wrong.variance_not_halved,
        wrong.first_spread_for_all,
        wrong.mean_spread_for_all,
        wrong.variance_for_deviation,
        wrong.q_not_used,
        wrong.quantile_turned_round,
        wrong.quantile_of_two_sides,
        wrong.nan_without_spread,
        wrong.mu_overwritten,
        wrong.still_logarithms,
        wrong.quantile_around_the_mean,
        wrong.quantile_of_sales_by_share,
    ),
)


# ---- holiday_columns ------------------------------------------------------------------------


def _calendar(rng, n=40, first=None):
    first = int(rng.integers(50, 300)) if first is None else first
    days = np.arange(first, first + n)
    return days, np.sort(rng.choice(days[3:-3], 3, replace=False))


def _outside(rng):
    days, _ = _calendar(rng)
    return days, np.array([days[0] - 2, days[-1] + 1, days[0] + 12])


def _close_together(rng):
    days, _ = _calendar(rng)
    first = int(rng.integers(5, 20))
    return days, np.array([days[first], days[first + 2], days[first + 3]])


def _shuffled(rng):
    days, holidays = _calendar(rng)
    return rng.permutation(days)[:30], rng.permutation(holidays)


holiday_columns = WriteIt(
    reference=reference.holiday_columns,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "column j marks the days that lie j - before days after a holiday",
            lambda rng: [
                (*_calendar(rng), 1, 1),
                (*_calendar(rng), 3, 2),
                (*_calendar(rng), 2, 4),
                # Day -1 is no day, and not the last one.
                (np.arange(6), np.array([5]), 1, 2),
            ],
        ),
        Property(
            "holidays_outside",
            "a holiday before the first or after the last day still has neighbours",
            lambda rng: [(*_outside(rng), *around) for around in ((3, 3), (2, 2), (0, 3), (3, 0))],
        ),
        Property(
            "overlaps",
            "a day between two holidays is marked for both, and nothing is above 1",
            lambda rng: [
                (*_close_together(rng), 2, 3),
                (np.arange(20, 30), np.array([25, 28, 25]), 1, 2),
            ],
        ),
        Property(
            "days_in_any_order",
            "days may come in any order, with gaps",
            lambda rng: [(*_shuffled(rng), 2, 1), (*_shuffled(rng), 1, 3)],
        ),
        Property(
            "the_day_alone",
            "without neighbours there is one column",
            lambda rng: [(*_calendar(rng), 0, 0), (*_calendar(rng), 0, 2)],
        ),
        Property(
            "no_holiday",
            "without a holiday all columns are 0",
            lambda rng: [
                (_calendar(rng)[0], np.array([], dtype=int), *around) for around in ((2, 1), (0, 3))
            ],
            stands="columns of 0 are right in every call",
        ),
    ),
    misconceptions=(
        wrong.before_and_after_turned,
        wrong.row_for_day_number,
        wrong.only_holidays_in_days,
        wrong.overlaps_added_up,
        wrong.rows_moved,
        wrong.column_missing,
        wrong.all_columns_alike,
        wrong.both_sides_in_each_column,
        wrong.rows_and_columns_exchanged,
        wrong.error_without_holidays,
        wrong.one_column_for_all,
        wrong.day_itself_left_out,
        wrong.nearest_holiday_only,
    ),
)


# ---- select_arima ---------------------------------------------------------------------------


def _moving_average(rng, n=40):
    noise = rng.normal(0, 1, n + 1)
    return 10 + noise[1:] + 0.9 * noise[:-1]


def _wandering(rng, n=40):
    return 100 + np.cumsum(_moving_average(rng, n) - 10)


def _weekly(rng, n_weeks=12):
    """A season of 4 days whose level wanders: one seasonal difference, one seasonal MA term."""
    noise = rng.normal(0, 1, (n_weeks, 4))
    level = np.cumsum(0.3 * noise, axis=0)
    return (np.array([50.0, 20.0, 30.0, 90.0]) + level + noise).ravel()


def _rising_faster(rng, n_weeks=10):
    """A season of 4 days that takes two seasonal differences: after one its level wanders."""
    noise = rng.normal(0, 10, (n_weeks, 4))
    return (np.array([50.0, 20.0, 30.0, 90.0]) + noise.cumsum(axis=0).cumsum(axis=0)).ravel()


def _every_other_day(rng):
    """It repeats after two days: a seasonal lag alone says so on every seed.

    Without a season p = 2 is best and p = 1 next; beside p = 2 the seasonal lag comes twice. The
    fits warn of the values that they start from, and are fits all the same.
    """
    tenths = [-4, 3, -6, 2, -5, 3, -7, 7, -5, 8, -4, 10, -2]
    return rng.uniform(1, 9) * np.array(tenths) / 10


def _grid(**largest):
    return {"p": 0, "d": 0, "q": 0, "P": 0, "D": 0, "Q": 0, "m": 7, **largest}


def _lowest(call: Call) -> bool:
    """The order of the reference, or one whose AICc is as low; with the AICc that is its own."""
    (y, grid), (order, aicc, failed) = call.args, call.value
    order = tuple(int(part) for part in order)
    inside = all(0 <= part <= grid[name] for part, name in zip(order, "pdqPDQm", strict=True))
    fixed = all(order[i] == grid[name] for i, name in ((1, "d"), (4, "D"), (6, "m")))
    real = wrong.aicc_of(y, grid, order) if inside and fixed else np.inf
    told = {tuple(map(int, each)) for each in failed}
    return (
        abs(real - aicc) < 0.1
        and aicc <= call.expected[1] + 0.1
        and told <= {tuple(each) for each in call.expected[2]}
    )


def _failures_told(call: Call) -> bool:
    failed = {tuple(map(int, order)) for order in call.value[2]}
    return _lowest(call) and {tuple(each) for each in call.expected[2]} <= failed


select_arima = WriteIt(
    reference=reference.select_arima,
    points=4,
    minutes=25,
    level="senior",
    seconds=10.0,
    properties=(
        Property(
            "lowest_aicc",
            "no model of the grid has a lower AICc, and the AICc is that of the order",
            lambda rng: [
                *((_moving_average(rng), _grid(p=1, q=1)) for _ in range(2)),
                (_moving_average(rng, 20), _grid(q=2)),
            ],
            _lowest,
        ),
        Property(
            "differences_fixed",
            "differences are taken first, and what was differenced has no constant",
            lambda rng: [
                (_wandering(rng), _grid(d=1, q=1)),
                (rng.integers(0, 255, 30).astype(np.uint8), _grid(d=1, q=1)),
                (_rising_faster(rng), _grid(d=1, D=2, q=1, m=4)),
                (5 * np.arange(12) ** 2 + rng.integers(0, 9, 12), _grid(d=2)),
                (5 * np.arange(12) ** 2 + rng.integers(0, 9, 12), _grid(d=1, D=1, m=2)),
            ],
            _lowest,
        ),
        Property(
            "season",
            "the seasonal orders are tried too",
            lambda rng: [
                (_weekly(rng), _grid(D=1, Q=1, m=4)),
                (_weekly(rng, 8).astype(np.uint8), _grid(D=1, P=1, m=4)),
            ],
            _lowest,
        ),
        Property(
            "failures_passed_over",
            "a model that cannot be fitted is listed, and the search goes on",
            lambda rng: [
                (_every_other_day(rng), _grid(p=2, P=1, m=2)),
                # After the first failure comes another one.
                (rng.normal(10, 1, 20).round(1), _grid(q=2, Q=2, m=2)),
            ],
            _failures_told,
        ),
        Property(
            "infinite_aicc",
            "a model with too many parameters for a finite AICc has failed too",
            lambda rng: [
                (10 + rng.normal(0, 1, 4), _grid(p=1)),
                (10 + rng.normal(0, 1, 4), _grid(q=1)),
            ],
            _failures_told,
        ),
    ),
    misconceptions=(
        wrong.largest_model,
        wrong.largest_aicc,
        wrong.largest_orders_left_out,
        wrong.smallest_model,
        wrong.aic_for_aicc,
        wrong.bic_for_aicc,
        wrong.never_differenced,
        wrong.season_not_differenced,
        wrong.season_differenced_at_lag_one,
        wrong.differences_wrap_around,
        wrong.differences_not_told,
        wrong.constant_always,
        wrong.constant_never,
        wrong.constant_after_a_difference,
        wrong.autoregression_only,
        wrong.without_season,
        wrong.search_ends_with_an_error,
        wrong.infinite_ones_not_listed,
        wrong.errors_not_listed,
        wrong.one_order_at_a_time,
        wrong.failures_hidden,
    ),
)


# ---- forecast_sales -------------------------------------------------------------------------

_HORIZON = 28


def _hidden_month(seed):
    """Ten series of each of ten departments."""
    # Where the seed stands alone, that of a learner's own check draws the hardest series of ten.
    rng = np.random.default_rng([seed, _HORIZON])
    history, truth = holdout.departments(rng, 10, _HORIZON)
    return (history, _HORIZON), {"truth": truth, "history": history}


def _mean_mase(forecast, hidden):
    centre = np.asarray(forecast, dtype=float)[:, :, 0]
    columns = zip(hidden["truth"].T, centre.T, hidden["history"].T, strict=True)
    return float(np.mean([reference.mase(truth, mine, past, 7) for truth, mine, past in columns]))


def _mean_interval_score(forecast, hidden):
    # The width of an interval of whole numbers may be none: from -2**62 to 2**62 it is negative.
    low, high = np.moveaxis(np.asarray(forecast, dtype=float)[:, :, 1:], 2, 0)
    truth, history = hidden["truth"], hidden["history"]
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    scale = np.abs(history[7:] - history[:-7]).mean(axis=0)
    return float(((high - low + 10 * outside) / scale).mean())


def _problem_with_forecast(value, history, horizon):
    forecast = np.asarray(value)
    if forecast.shape != (horizon, history.shape[1], 3) or forecast.dtype.kind not in "iuf":
        return "return numbers of shape (horizon, n_series, 3)"
    if not np.isfinite(forecast).all():
        return "every forecast is a finite number, never NaN or infinite"
    if (forecast[:, :, 1] > forecast[:, :, 2]).any():
        return "the lower end of an interval comes before its upper end"
    return ""


forecast_sales = BeatIt(
    reference=reference.forecast_sales,
    left_as_is=True,
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
    # With 100 columns two equally good methods differ by up to a third of the way.
    par=0.6,
    problem=_problem_with_forecast,
    misconceptions=(
        wrong.mean_of_four_weeks,
        wrong.last_week_again,
        wrong.mean_of_twenty_weeks,
        wrong.one_level_for_all_days,
        wrong.interval_of_no_width,
        wrong.interval_of_a_mean,
        wrong.interval_of_all_weekdays,
        wrong.interval_of_95_per_cent,
        wrong.columns_and_days_swapped,
        wrong.forecast_alone,
    ),
)
