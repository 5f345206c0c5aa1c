"""The exercises on forecasting with regression, in teaching order."""

from __future__ import annotations

import numpy as np

from solutions.ml_forecasting import misconceptions as wrong
from solutions.ml_forecasting import reference
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
        return "return three values: y, window and h"
    y, window, h = arguments
    if problem := problem_with_days(y):
        return problem
    if not all(is_whole(number) and 1 <= number <= 7 for number in (window, h)):
        return "window and h are from 1 to 7"
    return (
        "" if len(y) >= window + 2 * h else "y is too short for a window and two blocks of h days"
    )


def _of_a_list(backtest):
    """A back-test that takes the days as a tuple too."""
    return lambda y, window, h: backtest(list(y), window, h)


break_blend = BreakIt(
    reference=reference.break_blend,
    points=3,
    minutes=15,
    level="junior",
    right=_of_a_list(wrong.correct),
    defects={name: _of_a_list(backtest) for name, backtest in wrong.FLAWED.items()},
    problem=_problem_with_series,
    misconceptions=(
        wrong.every_day_alike,
        wrong.one_day_ahead,
        wrong.window_of_one_day,
        wrong.too_few_days,
        wrong.days_out_of_range,
        wrong.series_alone,
    ),
)


# ---- origin_features ------------------------------------------------------------------------


def _days(rng, n=70):
    return rng.permutation(300)[:n]


def _unknown(y, o):
    """The same days before the origin, and nonsense from there on."""
    return np.where(np.arange(len(y)) < o, y, 1_000_000)


origin_features = WriteIt(
    reference=reference.origin_features,
    points=3,
    minutes=12,
    level="junior",
    properties=(
        Property(
            "values",
            "lags, the same weekday, the mean of 28 days, and the weekday of the target",
            lambda rng: [(_days(rng), o, h) for o, h in ((40, 1), (41, 3), (45, 6), (52, 7))],
        ),
        Property(
            "further_than_a_week",
            "from eight days ahead on, a week before the target is not known either",
            lambda rng: [(_days(rng), o, h) for o, h in ((40, 8), (43, 12), (36, 20))],
        ),
        Property(
            "future_makes_no_difference",
            "what stands at the origin and after it has not come yet",
            lambda rng: [
                (_unknown(_days(rng), o), o, h) for o, h in ((40, 1), (41, 4), (44, 7), (39, 15))
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
            lambda rng: [(_days(rng), 28, 1), (_days(rng, 28), 28, 5)],
        ),
        Property(
            "fractions",
            "sales are money: fractions are kept",
            lambda rng: [(rng.gamma(3, 20, 60), 47, 5)],
        ),
    ),
    misconceptions=(
        *wrong.PLANTED_FEATURES.values(),
        wrong.a_week_too_old,
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
    return np.array(features + [float(target % 7 == weekday) for weekday in range(7)])


def _by_weeks(y, o, h):
    """Right, from the last four weeks as a table of days."""
    weeks = np.array(y[o - 28 : o], dtype=float).reshape(4, 7)
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
    enough=8,
    misconceptions=(
        wrong.accepts_everything,
        wrong.rejects_everything,
        wrong.one_day_ahead_only,
        wrong.future_rewritten_only,
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
    return a.shape == b.shape and bool(np.allclose(a, b, rtol=1e-6))


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
            lambda rng: [(_days(rng), 55, 4, "nearest"), (_days(rng), 60, 5, "line")],
        ),
        Property(
            "only_the_past",
            "days from the origin on are neither learned from nor looked at",
            lambda rng: [
                (_unknown(_days(rng), 52), 52, 5, "line"),
                (_unknown(_days(rng), 58), 58, 3, "mean"),
            ],
        ),
        Property(
            "every_pair",
            "each model learns from every pair whose target comes before the origin",
            lambda rng: [(_days(rng), 50, 4, "mean")],
            _learned_from_all_pairs,
        ),
        Property(
            "ends_at_origin",
            "the series may end with the day before the origin",
            lambda rng: [(_days(rng, 50), 50, 3, "nearest")],
        ),
        Property(
            "new_model_for_each_day",
            "a model that has been fitted may go on from where it was",
            lambda rng: [(_days(rng), 45, 4, "goes on")],
        ),
        Property(
            "as_the_model_says",
            "a forecast may be below 0, and outside of what has been",
            lambda rng: [(_drifting(rng, 9), 60, 4, "line"), (_drifting(rng, -9), 55, 4, "line")],
        ),
        Property(
            "further_than_a_week",
            "nine days ahead",
            lambda rng: [(_days(rng), 60, 9, "nearest")],
        ),
        Property(
            "shortest_history",
            "one pair for the day that is furthest ahead",
            lambda rng: [(_days(rng, 31), 31, 3, "mean")],
        ),
    ),
    misconceptions=(
        wrong.trained_past_origin,
        wrong.last_pair_missing,
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


# ---- detrended_tree -------------------------------------------------------------------------


def _growing(rng, slope, n=90):
    week = rng.normal(0, 30, 7)
    return 500 + slope * np.arange(n) + np.resize(week, n) + rng.normal(0, 10, n)


def _beyond_the_maximum(call: Call) -> bool:
    y, o, H = call.args
    got = np.asarray(call.value, dtype=float)
    return got.shape == (H,) and bool(np.allclose(got, y[o : o + H], rtol=1e-6))


detrended_tree = WriteIt(
    reference=reference.detrended_tree,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the line, continued, plus a tree of what it leaves",
            lambda rng: [
                (_growing(rng, 4.0), 70, 4),
                (_growing(rng, -3.0), 65, 3),
                (_growing(rng, 1.0).astype(int), 62, 3),
            ],
        ),
        Property(
            "beyond_the_maximum",
            "a series that only grows goes on growing",
            lambda rng: [(float(rng.integers(2, 9)) * np.arange(80) + 100, 55, 3)],
            _beyond_the_maximum,
        ),
        Property(
            "below_zero",
            "what is forecast may be a logarithm, or a difference",
            lambda rng: [(_growing(rng, -12.0), 60, 3)],
        ),
        Property(
            "only_the_past",
            "days from the origin on make no difference",
            lambda rng: [(_unknown(_growing(rng, 5.0), 70), 70, 3)],
        ),
        Property(
            "ends_at_origin",
            "the series may end with the day before the origin",
            lambda rng: [(_growing(rng, 2.0, 60), 60, 3)],
        ),
    ),
    misconceptions=(
        wrong.tree_alone,
        wrong.line_alone,
        wrong.line_of_all_days,
        wrong.line_not_added_back,
        wrong.line_stops_at_origin,
        wrong.line_a_day_early,
        wrong.tree_of_the_series,
        wrong.line_of_four_weeks,
        wrong.forecast_of_zero_at_least,
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
    truth[rng.choice(len(truth), n_closed, replace=False)] = np.nan
    return preds, truth


def _with_perfect(rng, n_perfect):
    preds, truth = _forecasters(rng, names=("a", "b", "c", "d"))
    for name in rng.permutation(list(preds))[:n_perfect].tolist():
        preds[name] = truth.copy()
    return preds, truth


def _perfect_but_for_closed_days(rng):
    preds, truth = _with_perfect(rng, 1)
    truth[rng.permutation(20)[:2]] = np.nan
    return [(preds, truth)]


inverse_mse_weights = WriteIt(
    reference=reference.inverse_mse_weights,
    points=2,
    minutes=8,
    level="mid",
    properties=(
        Property(
            "values",
            "in proportion to 1 over the mean squared error",
            lambda rng: [
                _forecasters(rng),
                _forecasters(rng, 7, ("a", "b")),
                _forecasters(rng, 30, ("a", "b", "c", "d")),
            ],
        ),
        Property(
            "closed_days",
            "a day without a truth says nothing about anybody",
            lambda rng: [_with_closed_days(rng, 1), _with_closed_days(rng, 4)],
        ),
        Property(
            "perfect_forecasters",
            "who makes no error shares all weight with others like it",
            lambda rng: [_with_perfect(rng, 1), _with_perfect(rng, 2)],
        ),
        Property(
            "perfect_on_open_days",
            "who was right on every day that counts made no error",
            _perfect_but_for_closed_days,
        ),
        Property(
            "one_forecaster",
            "alone it gets everything",
            lambda rng: [_forecasters(rng, names=("alone",))],
        ),
    ),
    misconceptions=(
        wrong.equal_weights,
        wrong.larger_error_larger_weight,
        wrong.winner_takes_all,
        wrong.inverse_rmse,
        wrong.inverse_mae,
        wrong.inverse_variance,
        wrong.not_scaled_to_one,
        wrong.closed_day_sold_nothing,
        wrong.closed_day_spreads,
        wrong.perfect_divides_by_zero,
    ),
)


# ---- order_quantity -------------------------------------------------------------------------

_COSTS = ((1, 9), (1, 3), (1, 1), (3, 1), (9, 1))


def _demand(rng, n):
    return rng.gamma(2, 30, n)


def _costs_least(call: Call) -> bool:
    samples, cu, co = call.args

    def cost(order):
        return np.mean(cu * np.maximum(samples - order, 0) + co * np.maximum(order - samples, 0))

    return cost(call.value) <= min(map(cost, samples)) * (1 + 1e-9)


order_quantity = WriteIt(
    reference=reference.order_quantity,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "the smallest sample that covers the share",
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
            "where a sample covers the share exactly, it is the one",
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
            "few_samples",
            "one sample, two samples, samples that are all alike",
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
        wrong.samples_as_they_come,
        wrong.ratio_of_costs,
    ),
)


# ---- order_departments ----------------------------------------------------------------------

_HORIZON = 14
_SHARES = (0.1, 0.2, 0.8, 0.9, 0.95)


def _hidden_fortnight(seed):
    """Ten departments as of two mornings of the year, with costs that are drawn for each."""
    rng = np.random.default_rng(seed)
    history, demand = holdout.departments(rng, 2, _HORIZON)
    cu = rng.permutation(np.tile(_SHARES, 4))
    return (history, _HORIZON, cu, 1 - cu), {"demand": demand, "cu": cu}


def _cents_lost(orders, hidden):
    orders, demand, cu = np.asarray(orders), hidden["demand"], hidden["cu"]
    lost = np.where(demand > orders, cu * (demand - orders), (1 - cu) * (orders - demand))
    return float(100 * (lost.sum(axis=0) / demand.sum(axis=0)).mean())


def _problem_with_orders(value, history, horizon, cu, co):
    orders = np.asarray(value)
    if orders.shape != (horizon, history.shape[1]) or orders.dtype.kind not in "iuf":
        return "return numbers of shape (horizon, n_departments)"
    if not np.isfinite(orders).all():
        return "an order is a finite number: there is NaN or infinity among them"
    return "an order is 0 or more" if (orders < 0).any() else ""


order_departments = BeatIt(
    reference=reference.order_departments,
    points=5,
    minutes=35,
    level="senior",
    seconds=60.0,
    task=_hidden_fortnight,
    baseline=wrong.mean_of_four_weeks,
    metrics=(Metric("cents_lost_per_usd", _cents_lost),),
    # With 20 columns two equally good methods differ by up to a quarter of the way.
    par=0.75,
    problem=_problem_with_orders,
    misconceptions=(
        wrong.mean_of_four_weeks,
        wrong.mean_of_eight_weeks,
        wrong.departments_costs_swapped,
        wrong.always_a_reserve,
        wrong.one_policy_for_all,
        wrong.share_of_the_mean,
        wrong.days_and_departments_swapped,
    ),
)
