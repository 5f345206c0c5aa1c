"""The exercises on experiments, uplift and bandits, in teaching order."""

from __future__ import annotations

import functools
import math

import numpy as np
import pandas as pd
from scipy import stats

from solutions.experiments_and_bandits import misconceptions as wrong
from solutions.experiments_and_bandits import reference
from utils.exercises import BreakIt, Call, Property, WriteIt, WriteTheTest, equality
from utils.exercises.equality import is_whole

# ---- break it -------------------------------------------------------------------------------


def _rows_of(table, width):
    return isinstance(table, (tuple, list)) and all(
        isinstance(row, (tuple, list)) and len(row) == width and all(map(is_whole, row))
        for row in table
    )


def _problem_with_memo(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 2:
        return "return two values: households and log"
    households, log = arguments
    if not _rows_of(households, 3):
        return "a household is three whole numbers: sent, spending before and spending after"
    if not 2 <= len(households) <= 8:
        return "from 2 to 8 households"
    if {row[0] for row in households} != {0, 1}:
        return "at least one household was sent the campaign (1), at least one was not (0)"
    if not all(0 <= spent <= 999 for row in households for spent in row[1:]):
        return "spending is from 0 to 999"
    if not _rows_of(log, 2):
        return "a row of the log is two whole numbers: arm and click"
    if len(log) not in range(2, 13, 2):
        return "the log has an even number of rows from 2 to 12"
    if not all(0 <= arm <= 9 and click in (0, 1) for arm, click in log):
        return "arms are from 0 to 9, a click is 1 or 0"
    return ""


break_memo = BreakIt(
    reference=reference.break_memo,
    points=3,
    minutes=12,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_memo,
    misconceptions=(
        wrong.data_that_shows_nothing,
        wrong.nobody_to_compare_with,
        wrong.household_of_other_length,
        wrong.a_whole_campaign,
        wrong.not_two_values,
        wrong.groups_began_alike,
        wrong.others_did_not_change,
        wrong.nobody_missing_matters,
        wrong.same_arm_by_clicks,
        wrong.same_arm_from_whole_log,
        wrong.same_rate_in_both_halves,
    ),
)


# ---- ab_readout -----------------------------------------------------------------------------


def _two_arms(rng, n_t=9, n_c=23, spread=3.0):
    """Arms of different size, and the smaller one varies more."""
    return rng.normal(12, spread, n_t).round(2), rng.normal(10, 1, n_c).round(2)


def _constant(rng):
    return [float(rng.integers(5, 9))] * 4, rng.normal(4, 2, 6).round(2)


ab_readout = WriteIt(
    reference=reference.ab_readout,
    points=2,
    minutes=8,
    level="junior",
    properties=(
        Property(
            "values",
            "the difference is treated less control, with Welch's 95 % interval",
            lambda rng: [
                _two_arms(rng),
                _two_arms(rng, 14, 6, 0.5),
                _two_arms(rng, 40, 30),
                # Amounts may be very small, or large beside their spread.
                tuple(arm * 4e-9 for arm in _two_arms(rng)),
                tuple(arm + 1e7 for arm in _two_arms(rng)),
            ],
        ),
        Property(
            "small_arms",
            "with a handful of units the interval is Welch's too",
            # In the last the means are equal, and they are no less uncertain for that.
            lambda rng: [_two_arms(rng, 2, 5), _two_arms(rng, 3, 3), ([1, 3], [0, 2, 4])],
        ),
        Property(
            "clicks",
            "outcomes may be ones and zeros, in arms of very different size",
            lambda rng: [
                (
                    rng.permutation([1] * 30 + [0] * 20),
                    rng.permutation([1] * 30 + [0] * 270),
                )
            ],
        ),
        Property(
            "nothing_varies",
            "if no arm varies, both ends are the difference",
            lambda rng: [([float(rng.integers(5, 9))] * 3, [float(rng.integers(1, 4))] * 5)],
        ),
        Property(
            "one_arm_varies",
            "if one arm does not vary, the interval comes from the other arm",
            lambda rng: [([0] * 6, rng.permutation([1, 1, 0, 0, 0])), _constant(rng)[::-1]],
        ),
        Property(
            "equal_variances",
            "arms with equal variances have Welch's interval too",
            lambda rng: [
                *((arm, rng.permutation(arm) - 2.0) for arm in [rng.integers(0, 9, 7)]),
                ([1, 2, 3], [0, 0, 1, 2, 2]),
            ],
        ),
    ),
    misconceptions=(
        wrong.control_less_treated,
        wrong.ratio_of_means,
        wrong.spread_for_error,
        wrong.pooled_variance,
        wrong.normal_quantile,
        wrong.variance_by_n,
        wrong.one_sided_interval,
        wrong.small_degrees_of_freedom,
        wrong.degrees_of_freedom_of_both,
        wrong.errors_added,
        wrong.one_size_for_both,
        wrong.root_forgotten,
        wrong.width_for_ends,
        wrong.one_standard_error,
        wrong.fails_without_variance,
        wrong.one_constant_arm_is_enough,
    ),
)


# ---- cuped ----------------------------------------------------------------------------------


def _past_and_present(rng, n=40, share=0.4, slope=0.7):
    """Outcomes that depend on the past; the arms differ before the experiment; some are silent."""
    t = rng.permutation(np.arange(n) < share * n).astype(int)
    x = rng.gamma(2, 20, n) + 15 * t
    x[rng.random(n) < 0.2] = 0.0
    y = slope * x + rng.gamma(2, 8, n) + (5 + 0.3 * x) * t
    return y.round(2), x.round(2), t


def _two_treated(rng):
    """Three others beside them, and a past that explains a twelfth: a weak slope counts too."""
    y = np.array([4.0, 1.0, 6.0, 3.0, 9.0]) * round(rng.uniform(1, 3), 2)
    return [(y, np.array([3.0, 2.0, 6.0, 8.0, 5.0]), rng.permutation([1, 1, 0, 0, 0]))]


cuped = WriteIt(
    reference=reference.cuped,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the difference and its interval are those of the outcomes less the part that the past "
            "explains",
            lambda rng: [
                _past_and_present(rng),
                _past_and_present(rng, 25, 0.6, -1.5),
                _past_and_present(rng, 90, 0.5, 1.5),
                *[(y, x / 1000, t) for y, x, t in [_past_and_present(rng, 30)]],
                *[(y * 1e-9, x * 1e-9, t) for y, x, t in [_past_and_present(rng, 30)]],
                *[(y, x + 1e7, t) for y, x, t in [_past_and_present(rng, 30)]],
                # The past is any quantity, also one below 0.
                ([4.0, 1.0, 6.0, 3.0, 9.0], [3.0, -2.0, 6.0, -8.0, 5.0], [0, 1, 1, 0, 0]),
            ],
        ),
        Property(
            "constant_past",
            "a past that does not vary explains nothing",
            lambda rng: [
                (y, np.full(len(y), constant), t)
                for (y, _, t), constant in zip(
                    [_past_and_present(rng, 12), _past_and_present(rng, 15)],
                    (0.1, 7.0),
                    strict=True,
                )
            ],
        ),
        Property(
            "small_arms",
            "two units in an arm are enough",
            _two_treated,
        ),
        Property(
            "small_whole_numbers",
            "numbers of one byte are numbers like any others",
            lambda rng: [
                tuple(part.astype(np.uint8) for part in _past_and_present(rng, 30, slope=0.4))
            ],
        ),
    ),
    misconceptions=(
        wrong.not_adjusted,
        wrong.change_for_rest,
        wrong.slope_upside_down,
        wrong.correlation_for_slope,
        wrong.centred_in_each_arm,
        wrong.slope_of_the_control,
        wrong.slope_of_each_arm,
        wrong.silent_before_dropped,
        wrong.ratio_of_the_means,
        wrong.mixed_denominators,
        wrong.fails_on_a_constant_past,
        wrong.slope_within_arms,
        wrong.line_through_the_origin,
        wrong.explained_part_added,
        wrong.signs_turned_round,
        wrong.rest_read_with_1_96,
        wrong.interval_of_the_outcome,
        wrong.arms_as_positions,
    ),
)


# ---- first_crossing -------------------------------------------------------------------------


def _looks(rng, n_looks, crossing, c=2.05, side=1.0):
    """Statistics beyond the limits at some looks, and between c and the limit at the others."""
    limits = c * np.sqrt(n_looks / np.arange(1, n_looks + 1))
    z = limits * rng.uniform(0.2, 0.97, n_looks) * rng.choice([-1, 1], n_looks)
    for look, factor in zip(crossing, (1.03, 1.3, 1.2), strict=False):
        z[look - 1] = side * limits[look - 1] * factor
    return z.round(4), c


first_crossing = WriteIt(
    reference=reference.first_crossing,
    points=2,
    minutes=8,
    level="mid",
    properties=(
        Property(
            "values",
            "the first look beyond its own limit counts",
            lambda rng: [
                _looks(rng, 5, [3, 4]),
                _looks(rng, 10, [4, 6, 9]),
                _looks(rng, 8, [2, 8], 2.1),
                _looks(rng, 6, [5], side=-1.0),
                # The same statistic twice, and one hardly beyond its limit.
                ([2.2, 2.2], 2.0),
                ([0.0, 2.82844, 0.0, 0.0], 2.0),
                # K / k is no whole number.
                ([0.0, 2.3, 0.0], 2.0),
            ],
        ),
        Property(
            "none",
            "if no statistic is beyond its limit the answer is 0",
            lambda rng: [
                _looks(rng, 5, []),
                _looks(rng, 12, []),
                *[(rng.uniform(1.5, 1.95, n).round(3), 2.05) for n in (4, 6, 9)],
            ],
            stands="no look crosses its limit in any of these calls, so each answer is 0",
        ),
        Property(
            "harm_stops_too",
            "a statistic below 0 counts like one above",
            lambda rng: [
                _looks(rng, 7, [2, 5], side=-1.0),
                # Harm first, a gain later.
                ([-float(rng.integers(4, 9)), float(rng.integers(9, 12))], 2.0),
            ],
        ),
        Property(
            "first_and_last",
            "the first and the last look have limits like the others",
            lambda rng: [
                _looks(rng, 6, [1, 4]),
                # The largest statistic, the largest excess and the last one are three looks.
                _looks(rng, 6, [1, 3, 6]),
                _looks(rng, 6, [6]),
                ([2.5], 1.96),
                ([1.9], 1.96),
            ],
        ),
        Property(
            "on_the_limit",
            "a statistic exactly on its limit is not beyond it",
            lambda rng: [
                ([4.0, 3.0, 1.0, -2.0], 2.0),
                ([0.5, -1.0, 0.3, -2.5], 2.5),
                ([-6.0, 0.5, 1.0, 1.0, 0.25, 1.0, 1.0, 1.0, 2.0], 2.0),
            ],
        ),
    ),
    misconceptions=(
        wrong.same_limit_each_time,
        wrong.only_gains_stop,
        wrong.limits_that_rise,
        wrong.counted_from_zero,
        wrong.last_look_only,
        wrong.no_root,
        wrong.largest_statistic,
        wrong.none_is_the_last_look,
        wrong.on_the_limit_stops,
        wrong.limits_from_the_first_look,
        wrong.limit_of_the_next_look,
        wrong.no_crossing_is_one,
        wrong.no_crossing_is_minus_one,
        wrong.last_crossing,
        wrong.number_of_crossings,
    ),
)


# ---- ratio_interval -------------------------------------------------------------------------


def _shoppers(rng, n=30, silent=0.3):
    """Households with many and few orders; frequent ones have other baskets."""
    orders = rng.poisson(rng.gamma(1.2, 3, n)) * (rng.random(n) > silent)
    orders[:3] = [0, 1, 9]
    basket = rng.gamma(4, 6, n) + 1.5 * orders
    return (orders * basket).round(2), orders


ratio_interval = WriteIt(
    reference=reference.ratio_interval,
    points=3,
    minutes=12,
    level="mid",
    agrees=lambda expected, got: equality.close(expected, got, rtol=1e-6),
    properties=(
        Property(
            "values",
            "the ratio is that of the totals, and the unit of its error is the household",
            lambda rng: [
                _shoppers(rng),
                _shoppers(rng, 12),
                _shoppers(rng, 80, 0.6),
                # The lower end is below 0.
                ([0.0, float(rng.integers(50, 150)), 0.0], [1, 1, 1]),
                # Who has not ordered may have paid a fee.
                ([5.0, 10.0], [0, 1]),
            ],
        ),
        Property(
            "two_households",
            "two households are enough",
            lambda rng: [
                ([float(rng.integers(5, 30)), 50.0], [1, 3]),
                ([20.0, 0.0], [1, 0]),
                # Orders of 0 USD are orders.
                ([0.0, 0.0], [1, int(rng.integers(1, 4))]),
            ],
        ),
        Property(
            "nobody_ordered",
            "without an order there is no ratio, and all three numbers are NaN",
            lambda rng: [(np.zeros(n), np.zeros(n, dtype=int)) for n in rng.integers(2, 9, 2)],
            stands="nobody orders in any of these calls, so each answer is three times NaN",
        ),
        Property(
            "small_whole_numbers",
            "orders of one byte are counted like any others",
            lambda rng: [(u, d.astype(np.uint8)) for u, d in [_shoppers(rng, 120, 0.1)]],
        ),
    ),
    misconceptions=(
        wrong.mean_of_own_ratios,
        wrong.covariance_left_out,
        wrong.orders_fixed,
        wrong.orders_as_units,
        wrong.silent_households_dropped,
        wrong.spread_of_households,
        wrong.not_divided_by_mean_orders,
        wrong.divided_by_n,
        wrong.not_nan_without_orders,
        wrong.covariance_counted_once,
        wrong.variances_of_two_kinds,
        wrong.quantile_of_t,
        wrong.one_error_to_each_side,
        wrong.spread_of_own_ratios,
    ),
)


# ---- t_learner_uplift -----------------------------------------------------------------------


def _with_model(answer, X, t, y, Xnew, kind="default"):
    """The uplift by a kind of model that is made here; models do not travel."""
    import numpy as np

    class Least:
        def fit(self, X, y):
            self.X, self.y = np.asarray(X, float), np.asarray(y, float)
            return self

        def predict(self, X):
            ones = [np.column_stack([np.ones(len(Z)), Z]) for Z in (self.X, np.asarray(X, float))]
            return ones[1] @ np.linalg.lstsq(ones[0], self.y, rcond=None)[0]

    class Nearest(Least):
        def predict(self, X):
            gaps = ((np.asarray(X, float)[:, None, :] - self.X[None, :, :]) ** 2).sum(axis=2)
            return self.y[np.argsort(gaps, axis=1, kind="stable")[:, :3]].mean(axis=1)

        def predict_proba(self, X):
            # Only `predict` is promised.
            return np.zeros((len(X), 2))

    if kind == "default":
        return answer(X, t, y, Xnew)
    return answer(X, t, y, Xnew, {"least squares": Least, "nearest three": Nearest}[kind])


def _trial(rng, n=60, kind="least squares", share=0.4):
    """A coin of one's own for each, and an uplift that differs from customer to customer."""
    X = rng.normal(0, 1, (n, 2)).round(3)
    t = rng.permutation(np.arange(n) < share * n).astype(int)
    uplift = 1 + 2 * X[:, 0] - X[:, 1]
    y = (3 * X[:, 1] - X[:, 0] + t * uplift + rng.normal(0, 0.3, n)).round(3)
    return X, t, y, rng.normal(0, 1, (7, 2)).round(3), kind


def _old_customers(rng):
    """Some of the customers to score are those of the experiment, whose outcomes are known."""
    X, t, y, Xnew, kind = _trial(rng, 30)
    return X, t, y, np.vstack([X[:4], Xnew[:2]]), kind


def _one_arm(rng):
    X, _, y, Xnew, kind = _trial(rng, 12)
    return [(X, np.full(12, arm), y, Xnew, kind) for arm in (1, 0)]


def _known_truth(call: Call) -> bool:
    Xnew, got = np.asarray(call.args[3]), np.asarray(call.value, dtype=float)
    return got.shape == (len(Xnew),) and bool(
        np.abs(got - (1 + 2 * Xnew[:, 0] - Xnew[:, 1])).max() < 0.5
    )


t_learner_uplift = WriteIt(
    reference=reference.t_learner_uplift,
    points=3,
    minutes=8,
    level="mid",
    adapter=_with_model,
    properties=(
        Property(
            "values",
            "uplift is the prediction for the treated less the prediction for the others",
            # Of the 45, one is treated.
            lambda rng: [
                _trial(rng),
                _trial(rng, 45, "nearest three", 0.02),
                _trial(rng, share=0.7),
                _old_customers(rng),
                # A line through yes and no is no probability. As large as the example: what was
                # learned there does not count here.
                tuple(map(np.array, ([[0], [1]] * 2, [0, 0, 1, 1], [0, 1, 1, 0], [[2.25], [0.7]]))),
            ],
        ),
        Property(
            "close_to_the_truth",
            "in a simulation the uplift is known, and the answer is near it",
            lambda rng: [_trial(rng, 400), _trial(rng, 300, share=0.6)],
            _known_truth,
        ),
        Property(
            "model_is_an_argument",
            "the models are made by make()",
            lambda rng: [_trial(rng, 40, "nearest three") for _ in range(3)],
        ),
        Property(
            "empty_arm_is_nan",
            "if one arm is empty every uplift is NaN",
            _one_arm,
            stands="one arm is empty in both calls, so both answers are NaN throughout",
        ),
    ),
    misconceptions=(
        wrong.outcome_for_uplift,
        wrong.treated_model_only,
        wrong.arms_swapped,
        wrong.treatment_predicted,
        wrong.one_model_with_a_flag,
        wrong.one_model_refitted,
        wrong.model_of_its_own,
        wrong.old_customers_scored,
        wrong.everybody_for_the_others,
        wrong.empty_arm_not_seen,
        wrong.single_nan,
        wrong.same_for_everybody,
        wrong.ratio_for_uplift,
        wrong.transformed_outcome,
        wrong.negative_uplift_cut,
    ),
)


# ---- uplift_at_k ----------------------------------------------------------------------------


def _experiment(rng, n=40, share=0.6, ties=False):
    """Arms of different size, and scores on both sides of 0."""
    t = rng.permutation(np.arange(n) < share * n).astype(int)
    y = rng.integers(0, 6, n)
    score = rng.integers(-2, 4, n) if ties else rng.permutation(n) - n // 3
    return y, t, score.astype(float)


def _no_comparison(rng):
    y, t, _ = _experiment(rng, 20)
    score = np.where(t == 1, 10.0, 1.0) + rng.random(20) / 10
    # Nobody is chosen; the best two would be one of each arm.
    nobody = (rng.integers(0, 6, 10), np.arange(10) % 2, np.arange(10.0)[::-1], 0.01)
    return [(y, t, score, 0.2), (y, t, -score, 0.2), (y, np.ones(20, int), score, 0.5), nobody]


def _broken_parts(rng):
    """The part is no whole number of customers, and who comes next would change the result."""
    parts = []
    for n, off in ((9, 0.3), (20, 0.5), (31, 0.5), (20, 0.8)):
        y, t, score = _experiment(rng, 41)
        y[np.argsort(-score)[n]] = 50
        parts.append((y, t, score, (n + off) / 41))
    # Nearly whole: 99 of 100.
    return [*parts, (*_experiment(rng, 100), 0.999999997)]


uplift_at_k = WriteIt(
    reference=reference.uplift_at_k,
    points=2,
    minutes=8,
    level="mid",
    properties=(
        Property(
            "values",
            "the effect is the difference of the mean outcomes of both arms among the chosen",
            lambda rng: [
                *[(*_experiment(rng), frac) for frac in (0.2, 0.35, 0.5, 0.8)],
                # Outcomes and scores are no whole numbers, and an outcome may be below 0.
                ([-1.5, -2.25, 0.5, 3.75], [1, 0, 1, 0], [0.9, 0.2, 0.4, 0.6], 0.5),
            ],
        ),
        Property(
            "ties_stable",
            "among equal scores the customer who comes earlier is chosen first",
            lambda rng: [(*_experiment(rng, 60, ties=True), frac) for frac in (0.25, 0.4, 0.6)],
        ),
        Property(
            "no_comparison_is_nan",
            "if one arm is not among the chosen the effect is NaN",
            _no_comparison,
            stands="nothing can be compared in any of these calls, so each answer is NaN",
        ),
        Property(
            "whole_list",
            "with frac = 1 everybody is chosen",
            lambda rng: [(*_experiment(rng), 1.0)],
        ),
        Property("rounded_down", "the number of chosen is rounded down", _broken_parts),
        Property(
            "whole_in_decimals",
            "29 % of 100 customers are 29",
            lambda rng: [
                *((*_experiment(rng, 100), frac) for frac in (0.29, 0.57, 0.58)),
                ([1, 0, 2], [1, 0, 1], [0.9, 0.6, 0.3], 2 / 3),
            ],
        ),
        Property(
            "small_whole_numbers",
            "outcomes and arms of one byte are numbers like any others",
            lambda rng: [
                (y.astype(np.uint8), t.astype(np.uint8), score, 0.6)
                for y, t, score in [_experiment(rng, 60)]
            ],
        ),
    ),
    misconceptions=(*wrong.EASIER_UPLIFT, *wrong.PLANTED_UPLIFT.values()),
)


# ---- kill_uplift ----------------------------------------------------------------------------


def _by_pandas(y, t, score, frac):
    """Right, by a data frame."""
    table = pd.DataFrame({"y": y, "t": t, "score": score})
    top = table.sort_values("score", ascending=False, kind="stable").head(
        int(round(frac * len(table), 9))
    )
    return top.loc[top["t"] == 1, "y"].mean() - top.loc[top["t"] == 0, "y"].mean()


def _by_loop(y, t, score, frac):
    """Right, in plain Python."""
    order = sorted(range(len(y)), key=lambda i: -score[i])
    order = order[: int(round(frac * len(y), 9))]
    arms: dict[int, list[float]] = {0: [], 1: []}
    for i in order:
        arms[int(t[i])].append(float(y[i]))
    if not arms[0] or not arms[1]:
        return math.nan
    return math.fsum(arms[1]) / len(arms[1]) - math.fsum(arms[0]) / len(arms[0])


kill_uplift = WriteTheTest(
    reference=reference.kill_uplift,
    points=3,
    minutes=12,
    level="mid",
    right={"reference": reference.uplift_at_k, "pandas": _by_pandas, "loop": _by_loop},
    mutants=wrong.PLANTED_UPLIFT,
    enough=7,
    misconceptions=(
        wrong.accepts_any_uplift,
        wrong.rejects_any_uplift,
        wrong.whole_list_only,
        wrong.no_ties,
        wrong.zeros_and_ones_without_ties,
        wrong.looks_only_at_nan,
        wrong.expects_a_mistake,
    ),
)


# ---- ips_snips_ess --------------------------------------------------------------------------


def _logged(rng, n=50, n_arms=4, spread=1.0):
    """A log of one policy, and how likely another was to take the same actions."""
    behaviour, evaluated = rng.dirichlet(np.full(n_arms, spread), 2).clip(0.01)
    arms = rng.choice(n_arms, n, p=behaviour / behaviour.sum())
    r = (rng.random(n) < 0.3).astype(float) * rng.integers(1, 4, n)
    r[0] = 1.0
    return r, evaluated[arms].round(4), behaviour[arms].round(4)


def _deterministic(rng):
    """The new policy always takes one arm."""
    r, _, pi_b = _logged(rng)
    return [(r, (pi_b == pi_b[0]).astype(float), pi_b)]


def _rare_action(rng):
    r, pi_e, pi_b = _logged(rng)
    pi_e[7], pi_b[7] = 0.5, 1e-4
    return [(r, pi_e, pi_b)]


ips_snips_ess = WriteIt(
    reference=reference.ips_snips_ess,
    points=3,
    minutes=8,
    level="mid",
    properties=(
        Property(
            "values",
            "all three numbers follow from the weight of each row",
            lambda rng: [
                _logged(rng),
                _logged(rng, 30, 6),
                _logged(rng, 80, 3, 3.0),
                # IPS is above every reward, and SNIPS is above 1.
                ([2.0, 2.0], [0.9, 0.5], [0.1, 0.5]),
                *[(r, pi_e * 1e-14, pi_b) for r, pi_e, pi_b in [_logged(rng)]],
                # A reward is no whole number, and one is below 0.
                ([0.5, -1.5, 0.25], [0.5, 0.25, 0.1], [0.25, 0.5, 0.2]),
            ],
        ),
        Property(
            "same_policy",
            "for the policy that wrote the log both estimates are its mean, and every row counts",
            lambda rng: [(r, pi_b, pi_b) for r, _, pi_b in [_logged(rng)]],
        ),
        Property(
            "deterministic_policy",
            "actions that the new policy never takes weigh 0",
            _deterministic,
        ),
        Property(
            "rare_action",
            "one row with a very large weight lowers the effective sample size",
            _rare_action,
        ),
        Property(
            "no_overlap",
            "if the policies share no action, IPS is 0, SNIPS is NaN and ESS is 0",
            lambda rng: [(r, np.zeros(len(r)), pi_b) for r, _, pi_b in [_logged(rng)]],
        ),
        Property(
            "plain_lists",
            "lists are taken like arrays",
            lambda rng: [tuple(part.tolist() for part in _logged(rng, n)) for n in (12, 20)],
            stands="any sequence is allowed, and a list cannot be divided by a list",
        ),
        Property(
            "no_reward",
            "if nothing was earned the estimates are 0, and ESS is what it was",
            lambda rng: [(0 * r, pi_e, pi_b) for r, pi_e, pi_b in [_logged(rng)]],
        ),
    ),
    misconceptions=(
        wrong.weights_inverted,
        wrong.not_weighted,
        wrong.new_policy_alone,
        wrong.matched_rows_only,
        wrong.snips_for_ips,
        wrong.rows_for_ess,
        wrong.weights_clipped,
        wrong.old_policy_alone,
        wrong.estimates_exchanged,
        wrong.weighted_rows_only,
        wrong.ess_of_the_rewards,
        wrong.ess_without_the_square,
        wrong.ess_as_a_share,
        wrong.ess_by_n_less_one,
        wrong.ratio_of_mean_probabilities,
        wrong.no_overlap_not_seen,
    ),
)


# ---- thompson_step --------------------------------------------------------------------------


def _many_steps(answer, successes, trials, seed, what="one step", n_steps=1):
    """How often each arm is chosen in many steps, or whether the generator alone decides."""
    import numpy as np

    if what == "one step":
        return answer(successes, trials, seed)
    if what in ("equal seeds", "one seed"):
        seeds = range(seed, seed + n_steps) if what == "equal seeds" else [seed] * n_steps
        first, again = ([answer(successes, trials, each) for each in seeds] for _ in range(2))
        return None if first[0] is None else [first == again]
    if what == "same again":
        runs = []
        for start in (seed, seed, seed + 1):
            rng = np.random.default_rng(start)
            runs.append([answer(successes, trials, rng) for _ in range(n_steps)])
        first, again, another = runs
        return None if first[0] is None else [first == again, first != another]
    if what == "by seed":
        chosen = [answer(successes, trials, seed + step) for step in range(n_steps)]
    else:
        rng = np.random.default_rng(seed)
        chosen = [answer(successes, trials, rng) for _ in range(n_steps)]
    return None if chosen[0] is None else [chosen.count(arm) for arm in range(len(successes))]


def _same_frequencies(expected, got):
    """Two samples differ by chance: by less than five standard errors.

    Of the arcsine of the root of a share, whose error is the same for small shares and large ones.
    """
    if not isinstance(expected, list) or isinstance(expected[0], bool):
        return equality.close(expected, got)
    n_steps = sum(expected)
    p, q = (np.arcsin(np.sqrt(np.asarray(counts) / n_steps)) for counts in (expected, got))
    return p.shape == q.shape and bool((np.abs(p - q) <= 5 / np.sqrt(2 * n_steps)).all())


@functools.cache
def _chances_to_be_best(successes, trials):
    """Of each arm, by integrating over its rate: all the others must be below it."""
    s, n = np.asarray(successes, dtype=float), np.asarray(trials, dtype=float)
    rates = (np.arange(800) + 0.5) / 800
    density = np.array([stats.beta.pdf(rates, 1 + a, 1 + b) for a, b in zip(s, n - s, strict=True)])
    below = np.array([stats.beta.cdf(rates, 1 + a, 1 + b) for a, b in zip(s, n - s, strict=True)])
    others = [np.prod(np.delete(below, arm, axis=0), axis=0) for arm in range(len(s))]
    return (density * others).mean(axis=1)


def _as_often_as_best(call: Call) -> bool:
    successes, trials, *_, n_steps = call.args
    counts = (tuple(map(int, each)) for each in (successes, trials))
    p, q = _chances_to_be_best(*counts), np.asarray(call.value) / n_steps
    tolerance = 4.5 * np.sqrt((p * (1 - p) + 0.0005) / n_steps)
    return q.shape == p.shape and bool((np.abs(p - q) <= tolerance).all())


def _by_the_seed(call: Call) -> bool:
    if call.args[3] in ("equal seeds", "one seed"):
        return equality.close(call.expected, call.value)
    return _as_often_as_best(call)


def _arms(rng):
    """Two arms that are so alike that each may be the best, though one has the better mean."""
    while True:
        n = rng.integers(4, 30, 2)
        s = np.ceil(0.7 * n).astype(int) - rng.integers(0, 2, 2)
        if abs(np.subtract(*((1 + s) / (2 + n)))) > 0.03:
            return s, n


def _uneven_arms(rng):
    """Few trials beside many: where a belief began matters, and no arm is nearly surely the best.

    One arm is surely not, and the mean of one is the best by more than many draws can miss.
    """
    return tuple(rng.permutation([(3, 4), (3, 4), (11, 23), (23, 27)]).T)


def _over_many_steps(rng, *arms, n_steps=600):
    return [(*each, int(rng.integers(1000)), "one generator", n_steps) for each in arms]


thompson_step = WriteIt(
    reference=reference.thompson_step,
    points=3,
    minutes=10,
    level="mid",
    adapter=_many_steps,
    agrees=_same_frequencies,
    properties=(
        Property(
            "as_often_as_it_may_be_best",
            "over many steps each arm is chosen with the probability that it is the best",
            lambda rng: _over_many_steps(rng, _uneven_arms(rng)),
            _as_often_as_best,
        ),
        Property(
            "untried_arm",
            "for an arm without trials every rate is equally likely",
            # The arm with the best mean is not the one that is most likely the best.
            lambda rng: _over_many_steps(rng, ([11, 0, 0], [20, 0, 0])),
            _as_often_as_best,
        ),
        Property(
            "rare_clicks",
            "where clicks are rare, an arm with fewer of them may still be the best",
            lambda rng: [
                *_over_many_steps(rng, ([9, 0, 0], [200, 20, 60]), n_steps=1000),
                # The rates differ in the third decimal.
                *_over_many_steps(rng, ([3, 8], [500, 500]), n_steps=300),
            ],
            _as_often_as_best,
        ),
        Property(
            "generator_decides",
            "equal generators give equal steps, and another generator gives other steps",
            lambda rng: [([3, 4, 3], [6, 8, 6], int(rng.integers(1000)), "same again", 40)],
        ),
        Property(
            "seed_is_enough",
            "a whole number is the seed of a generator",
            lambda rng: (
                [
                    (*_arms(rng), int(rng.integers(1000)), what, n_steps)
                    for what, n_steps in (("by seed", 150), ("equal seeds", 40))
                ]
                # 0 is a seed like any other.
                + [([3, 4, 3], [6, 8, 6], 0, "one seed", 40)]
            ),
            _by_the_seed,
        ),
    ),
    misconceptions=(
        wrong.best_mean_so_far,
        wrong.trials_for_failures,
        wrong.parameters_swapped,
        wrong.in_proportion_to_the_mean,
        wrong.same_draw_every_time,
        wrong.tried_arms_only,
        wrong.epsilon_greedy,
        wrong.no_prior,
        wrong.prior_of_another_strength,
        wrong.generator_copied,
        wrong.one_draw_for_all_arms,
        wrong.generator_needed,
        wrong.untried_arms_first,
    ),
)


# ---- coupon_policy --------------------------------------------------------------------------


def _same_policy(expected, got):
    """Values within what the contract allows, actions exactly."""
    values, actions = got
    return equality.close(expected[0], values, rtol=0, atol=2e-6) and equality.close(
        expected[1], actions
    )


def _tiring(rng, m=4, gamma=0.9, weakest=0.2):
    """Margins that fall with fatigue; sending mostly pays today. No choice is a near tie."""
    while True:
        wait = np.sort(rng.uniform(weakest, 3, m))[::-1].round(2)
        send = (wait * rng.uniform(0.95, 1.6, m)).round(2)
        values, actions = reference.coupon_policy(wait.tolist(), send.tolist(), gamma)
        later = np.array(values)
        fatigue = np.arange(m)
        gap = (
            send
            - wait
            + gamma * (later[np.minimum(fatigue + 1, m - 1)] - later[np.maximum(fatigue - 1, 0)])
        )
        as_wanted = all(actions) if weakest > 2 else 0 < sum(actions) < m
        if np.abs(gap).min() > 0.01 and as_wanted:
            return wait.tolist(), send.tolist(), gamma


def _any_margins(rng, m, gamma):
    """Margins in no order and on both sides of 0, with at least one choice of each kind.

    Waiting is best for the rested and not for all, so that every move of the model matters.
    """
    while True:
        wait, send = rng.uniform(-2, 4, (2, m)).round(2)
        values, actions = reference.coupon_policy(wait.tolist(), send.tolist(), gamma)
        later, fatigue = np.array(values), np.arange(m)
        stay, rise = np.maximum(fatigue - 1, 0), np.minimum(fatigue + 1, m - 1)
        gap = send - wait + gamma * (later[rise] - later[stay])
        if np.abs(gap).min() > 0.01 and actions[0] == 0 and actions[-1] == 1:
            return wait.tolist(), send.tolist(), gamma


def _losses(rng, m, gamma):
    """Every week loses money, whatever is done: the values fall from sweep to sweep."""
    wait, send, gamma = _any_margins(rng, m, gamma)
    return [x - 5 for x in wait], [x - 5 for x in send], gamma


def _harmful(rng, m, gamma):
    """Coupons that cost margin at any fatigue: nobody gets one."""
    wait = np.sort(rng.uniform(0.5, 3, m))[::-1].round(2)
    return wait.tolist(), (wait * rng.uniform(0.3, 0.8, m)).round(2).tolist(), gamma


def _whole_margins(rng):
    """Margins in whole dollars, given as integers."""
    more = int(rng.integers(0, 5))
    return [4 + more, 2 + more, 1 + more], [7 + more, 3 + more, 1 + more], 0.9


def _undecided(rng, gain, gamma=0.9):
    """What the rested gain today is what they lose later, and ``gain`` more."""
    rested, tired = rng.uniform(2, 3), rng.uniform(0.5, 1.5)
    sent = rested + gamma * (rested - tired) + (1 + gamma) * gain
    return [rested, tired], [sent, 0.0], gamma


def _settled_at_once(rng):
    """One state has its value after the first sweep, the others need more.

    In the first call the values add up to 0 after that sweep, as they did before.
    """
    gains = np.sort(rng.uniform(0.5, 3, 2)).round(2)
    fresh = ([0.0, gains[0], -gains[0]], [-9.0, -9.0, -9.0], 0.9)
    tired = ([-9.0, -9.0, -9.0], [*gains[::-1], 0.0], 0.9)
    return [(list(map(float, wait)), list(map(float, send)), g) for wait, send, g in (fresh, tired)]


coupon_policy = WriteIt(
    reference=reference.coupon_policy,
    points=4,
    minutes=15,
    level="senior",
    agrees=_same_policy,
    properties=(
        Property(
            "values_and_actions",
            "values and actions are those of the best policy over this and all later weeks",
            lambda rng: [
                _tiring(rng, 3, 0.9),
                _any_margins(rng, 4, 0.8),
                _harmful(rng, 3, 0.9),
                _any_margins(rng, 5, 0.9),
                _losses(rng, 3, 0.8),
                _tiring(rng, 6, 0.95),
                _whole_margins(rng),
            ],
        ),
        Property(
            "weak_fatigue",
            "if coupons tire little it is best to send always, also to the most tired",
            lambda rng: [_tiring(rng, m, 0.7, weakest=2.6) for m in (2, 3)],
        ),
        Property(
            "no_future",
            "with gamma = 0 only this week counts",
            lambda rng: [(*_tiring(rng, 5)[:2], 0.0)],
        ),
        Property(
            "patient",
            "with gamma near 1 the values are right too",
            lambda rng: [_tiring(rng, 4, 0.99)],
        ),
        Property(
            "one_state",
            "with one state the action with the larger reward is best",
            lambda rng: [
                ([1.0], [float(rng.integers(2, 6))], 0.5),
                ([3.0], [1.0], 0.9),
                # A cent of a large margin is a gain.
                ([10_000.0], [10_000.01], 0.5),
            ],
        ),
        Property(
            "equal_is_wait",
            "a coupon that gains nothing is not sent",
            # Exact in binary, as their values are: no gain comes from rounding.
            lambda rng: [(*[[float(rng.integers(1, 5))] * 3] * 2, 0.5)],
        ),
        Property(
            "equal_up_to_rounding",
            "a gain of at most 1e-6 is no reason to send, and a gain of 1e-3 is one",
            lambda rng: [_undecided(rng, gain) for gain in (1e-10, 3e-10, 1e-3)],
        ),
        Property(
            "all_states_settle",
            "all states have their final values",
            _settled_at_once,
        ),
        Property(
            "harmful_coupons",
            "if coupons only cost it is best to wait always, and a rested customer stays rested",
            lambda rng: [_harmful(rng, m, 0.8) for m in (2, 4)],
        ),
    ),
    misconceptions=(
        wrong.whatever_pays_today,
        wrong.a_single_sweep,
        wrong.too_few_sweeps,
        wrong.stopped_at_a_small_change,
        wrong.waiting_at_zero_wraps,
        wrong.sending_at_the_top_wraps,
        wrong.smaller_for_larger,
        wrong.tiny_gains_sent,
        wrong.fatigue_never_fades,
        wrong.fatigue_falls_to_zero,
        wrong.reward_of_the_next_state,
        wrong.actions_without_future,
        wrong.actions_inverted,
        wrong.equal_is_sent,
        wrong.moves_exchanged,
        wrong.today_worth_less,
        wrong.one_action_for_ever,
        wrong.fails_at_the_top,
    ),
)
