"""The exercises of the segmentation case, in teaching order."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from solutions.segmentation_case import misconceptions as wrong
from solutions.segmentation_case import reference
from utils import data, holdout
from utils.exercises import BeatIt, BreakIt, Call, Metric, Property, WriteIt, WriteTheTest
from utils.exercises.equality import close, is_whole

# ---- break it -------------------------------------------------------------------------------


def _is_flag(value):
    return is_whole(value) and value in (0, 1)


def _is_amount(value):
    number = isinstance(value, (int, float, np.number)) and not isinstance(value, bool)
    return number and 0 <= value <= 10_000


def _problem_with_customers(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 2:
        return "return two values: customers and k"
    customers, k = arguments
    if not isinstance(customers, (tuple, list)) or not 4 <= len(customers) <= 8:
        return "customers is a list of 4 to 8 customers"
    for customer in customers:
        if not isinstance(customer, (tuple, list)) or len(customer) != 5:
            return "a customer is (orders, spend before, assigned, opened, spend after)"
        orders, before, assigned, opened, after = customer
        if not is_whole(orders) or not all(map(_is_amount, (orders, before, after))):
            return "orders is a whole number, spend a number, both from 0 to 10,000"
        if not (_is_flag(assigned) and _is_flag(opened)):
            return "assigned and opened are 0 or 1"
        if opened > assigned:
            return "only who was assigned can open the mail"
    if len({(orders, before) for orders, before, *_ in customers}) < 4:
        return "at least four customers differ in orders or spend before"
    flags = [(assigned, opened) for _, _, assigned, opened, _ in customers]
    if {assigned for assigned, _ in flags} != {0, 1} or not any(opened for _, opened in flags):
        return "at least one customer is assigned, one is not, and one opened the mail"
    return "" if is_whole(k) and 2 <= k <= 4 else "k is 2, 3 or 4"


break_segmentation = BreakIt(
    reference=reference.break_segmentation,
    points=3,
    minutes=12,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_customers,
    misconceptions=(
        wrong.nothing_to_see,
        wrong.everybody_assigned,
        wrong.opened_without_assignment,
        wrong.a_whole_town,
        wrong.customers_alone,
    ),
)


# ---- assign_segments ------------------------------------------------------------------------


def _every_score(rng):
    """All 125 customers that there can be, in any order, with a column that nobody asked for."""
    scores = np.array(list(itertools.product(range(1, 6), repeat=3)))[rng.permutation(125)]
    table = pd.DataFrame(scores, columns=list("RFM"), index=rng.permutation(125) + 300)
    return table.assign(monetary=rng.random(125))


def _pick(rng, R, F, M, n=12):
    """Customers with scores among those given."""
    scores = {name: rng.choice(values, n) for name, values in zip("RFM", (R, F, M), strict=True)}
    return (pd.DataFrame(scores, index=rng.permutation(n) + 40),)


def _unknown_scores(rng):
    table = _every_score(rng).astype(float)
    for score in "RFM":
        table.loc[table.index[rng.permutation(125)[:30]], score] = np.nan
    return [(table,)]


assign_segments = WriteIt(
    reference=reference.assign_segments,
    points=2,
    minutes=8,
    level="junior",
    properties=(
        Property(
            "values",
            "the first rule that holds, with the index of the input",
            lambda rng: [(_every_score(rng).iloc[:60],) for _ in range(3)],
        ),
        Property(
            "first_rule_wins",
            "a customer for whom several rules hold gets the first",
            lambda rng: [_pick(rng, [4, 5], [4, 5], [4, 5]), _pick(rng, [1, 2], [1, 5], [4, 5])],
        ),
        Property(
            "borders_belong",
            "4 or more includes 4, 2 or less includes 2",
            lambda rng: [_pick(rng, [2, 3, 4], [3, 4], [3, 4], 40)],
        ),
        Property(
            "everybody_has_one",
            "whoever fits no rule is other, and nobody is missing",
            lambda rng: [_pick(rng, [3], [1, 2, 3], [1, 2, 3, 4, 5])],
        ),
        Property("nan_meets_no_condition", "an unknown score proves nothing", _unknown_scores),
    ),
    misconceptions=(
        wrong.last_rule_wins,
        wrong.borders_left_out,
        wrong.rest_dropped,
        wrong.rest_left_missing,
        wrong.old_index_lost,
        wrong.recency_read_as_days,
        wrong.sum_of_scores,
    ),
)


# ---- winback_itt ----------------------------------------------------------------------------


def _test_of_a_mail(rng, n=60, silent=0.3):
    """The fond ones open, and spend more with or without mail; more are assigned than not."""
    fond = rng.random(n)
    assigned = rng.random(n) < 0.65
    assigned[:2] = [True, False]
    after = (fond * 40 + 5 * assigned + rng.random(n)).round(2)
    after[2:][rng.random(n - 2) < silent] = np.nan
    opened = assigned & (fond > 0.5)
    opened[0] = True
    return pd.DataFrame(
        {
            "assigned": assigned,
            "opened": opened,
            "before": (rng.random(n) * 10).round(2),
            "after": after,
        },
        index=rng.permutation(n) + 7,
    )


def _one_group(rng):
    df = _test_of_a_mail(rng)
    nobody = df.assign(assigned=False, opened=False)
    return [(nobody,), (df.assign(assigned=True),), (df.iloc[:0],)]


winback_itt = WriteIt(
    reference=reference.winback_itt,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "the means of all who were assigned and of all who were not",
            lambda rng: [(_test_of_a_mail(rng),), (_test_of_a_mail(rng, 31, 0.0),)],
        ),
        Property(
            "who_opens_does_not_matter",
            "the lot decides who is compared, not the customer",
            lambda rng: [
                (df.assign(opened=df["assigned"] & (rng.random(60) < 0.2)),)
                for df in (_test_of_a_mail(rng), _test_of_a_mail(rng))
            ],
        ),
        Property(
            "silent_is_zero",
            "whoever bought nothing spent 0 and belongs to the mean",
            lambda rng: [(_test_of_a_mail(rng, silent=0.8),)],
        ),
        Property("nan_on_empty", "without a group to compare with there is no effect", _one_group),
    ),
    misconceptions=(
        wrong.before_after_of_the_assigned,
        wrong.opened_against_the_rest,
        wrong.opened_against_the_hold_out,
        wrong.silent_left_out,
        wrong.relative_to_the_hold_out,
        wrong.totals_compared,
        wrong.difference_in_differences,
    ),
)


# ---- migration_matrix -----------------------------------------------------------------------

_SEGMENTS = ["top", "middle", "low", "asleep"]


def _two_periods(rng, n=60, used=_SEGMENTS, gone=0.25, new=10):
    names = rng.permutation(n + new) + 1000
    seg0 = pd.Series(rng.choice(used, n), index=names[:n])
    stay = names[np.concatenate([rng.random(n) >= gone, np.full(new, True)])]
    seg1 = pd.Series(rng.choice(_SEGMENTS, len(stay)), index=stay)
    return seg0, seg1.iloc[rng.permutation(len(seg1))], _SEGMENTS


def _as_listed(call: Call) -> bool:
    value, order = call.value, call.args[2]
    return list(value.columns) == [*order, "gone"] and list(value.index) == list(order)


migration_matrix = WriteIt(
    reference=reference.migration_matrix,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "where the customers of each segment are, matched by name",
            lambda rng: [_two_periods(rng), _two_periods(rng, 200)],
        ),
        Property(
            "gone_is_a_place",
            "whoever is not there any more is gone, not forgotten",
            lambda rng: [_two_periods(rng, gone=0.8), _two_periods(rng, gone=1.0, new=3)],
        ),
        Property(
            "empty_segment_is_zero",
            "a segment without customers has a row of 0",
            lambda rng: [_two_periods(rng, used=["top", "asleep"])],
        ),
        Property(
            "nobody_gone",
            "the column is there when nobody is gone",
            lambda rng: [_two_periods(rng, gone=0.0, new=0)],
        ),
        Property(
            "order_kept",
            "rows and columns come in the order that was asked for, gone last",
            lambda rng: [(*_two_periods(rng)[:2], rng.permutation(_SEGMENTS).tolist())],
            _as_listed,
        ),
    ),
    misconceptions=(
        wrong.gone_dropped,
        wrong.shares_of_the_target,
        wrong.shares_of_everybody,
        wrong.counts_not_shares,
        wrong.matched_by_position,
        wrong.nan_for_empty_segments,
        wrong.empty_segments_left_out,
    ),
)


# ---- retention_curve ------------------------------------------------------------------------


def _orders(rng, n=30, last=11, start=5):
    """Customers who begin in some of the first periods and come back at random, some twice."""
    first = rng.integers(0, 6, n) + start
    customer, period = np.repeat(np.arange(n), 5), np.repeat(first, 5)
    later = period + rng.integers(0, 9, 5 * n) * (rng.random(5 * n) < 0.6)
    customer, period = np.append(np.arange(n), customer), np.append(first, later)
    order = rng.permutation(len(customer))
    names = rng.permutation(n) + 50
    table = pd.DataFrame({"customer_id": names[customer], "period": period})
    return table.iloc[order][table["period"].iloc[order] <= last + start].reset_index(drop=True)


def _one_cohort(rng):
    orders = _orders(rng)
    first = orders.groupby("customer_id")["period"].transform("min")
    return [(orders[first == 7], 5, 16)]


retention_curve = WriteIt(
    reference=reference.retention_curve,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "shares of the customers who were followed for the whole horizon",
            lambda rng: [(_orders(rng), 6, 14), (_orders(rng), 4, 13), (_orders(rng, 50), 3, 12)],
        ),
        Property(
            "follow_up_up_to_the_end",
            "a horizon that is over exactly at the end was observed",
            lambda rng: [(_orders(rng), 5, 10), (_orders(rng), 8, 15)],
        ),
        Property(
            "not_after_the_end",
            "a period that is not over says nothing",
            lambda rng: [(_orders(rng), 3, 9)],
        ),
        Property(
            "customers_not_orders",
            "who orders twice in a period is one customer",
            lambda rng: [(pd.concat([_orders(rng)] * 2, ignore_index=True), 4, 14)],
        ),
        Property(
            "nan_for_nobody",
            "of nobody nothing can be said",
            lambda rng: [(_orders(rng), 12, 14), (_orders(rng).iloc[:0], 2, 9)],
        ),
        Property(
            "horizon_zero",
            "in their first period all are active",
            lambda rng: [(_orders(rng), 0, 10)],
        ),
        Property("one_cohort", "customers who began together", _one_cohort),
    ),
    misconceptions=tuple(wrong.PLANTED_RETENTION.values()),
)


# ---- kill_retention -------------------------------------------------------------------------


def _by_loop(activity, horizon, end):
    """Right, customer by customer."""
    rows = []
    for _, own in activity[activity["period"] <= end].groupby("customer_id"):
        periods = set(own["period"])
        if min(periods) + horizon <= end:
            rows.append([float(min(periods) + h in periods) for h in range(horizon + 1)])
    return [float(np.mean(column)) for column in zip(*rows, strict=True)] or [np.nan] * (
        horizon + 1
    )


def _by_pivot(activity, horizon, end):
    """Right, by a table of customers and ages; a series comes back."""
    known = activity[activity["period"] <= end]
    known = known.assign(first=known.groupby("customer_id")["period"].transform("min"))
    known = known[known["first"] <= end - horizon]
    table = pd.crosstab(known["customer_id"], known["period"] - known["first"]).clip(upper=1)
    table = table.reindex(columns=range(horizon + 1), fill_value=0)
    return table.mean() if len(table) else pd.Series(np.nan, index=range(horizon + 1))


kill_retention = WriteTheTest(
    reference=reference.kill_retention,
    points=3,
    minutes=12,
    level="mid",
    right={"reference": reference.retention_curve, "loop": _by_loop, "pivot": _by_pivot},
    mutants=wrong.PLANTED_RETENTION,
    enough=7,
    misconceptions=(
        wrong.accepts_any_curve,
        wrong.rejects_any_curve,
        wrong.everybody_followed,
        wrong.nothing_after_the_end,
        wrong.nothing_but_the_first_period,
        wrong.wants_a_falling_curve,
    ),
)


# ---- kmeans_segments ------------------------------------------------------------------------


def _kinds(rng, centres, sizes, noise=0.06):
    """Customers near some centres (recency, frequency, monetary), which differ by factors."""
    rows = [c * np.exp(rng.normal(0, noise, (n, 3))) for c, n in zip(centres, sizes, strict=True)]
    rows = np.concatenate(rows)[rng.permutation(sum(sizes))]
    index = rng.permutation(len(rows)) + 70
    table = pd.DataFrame(rows.round(3), columns=["recency", "frequency", "monetary"], index=index)
    # The number of a customer is large and says nothing.
    return table.assign(customer_id=rng.permutation(len(rows)) * 1000)


# The rich are few and rare buyers; two kinds differ in frequency alone; one is far above the rest.
_FOUR = np.array([[5, 60, 200], [5, 2, 220], [200, 3, 3000], [300, 900, 40]], dtype=float)


def _four_kinds(rng):
    return _kinds(rng, _FOUR, (14, 12, 5, 10))


def _narrow_and_wide(rng):
    """Two kinds differ by a few days and orders; what they spend reaches from 1 to 1,000 USD."""
    table = _kinds(rng, np.array([[20, 30, 50], [30, 20, 50]], dtype=float), (20, 20), 0.03)
    return table.assign(monetary=rng.lognormal(4, 1.3, 40).round(2))


def _constant_column(rng):
    table = _four_kinds(rng)
    table["recency"] = 30.0
    return [(table[table["frequency"] > 30], 2, 3)]


def _with_zeros(rng):
    """The silent make a segment of their own among three; of two they join those who buy little."""
    silent = pd.DataFrame(
        {"recency": 365.0, "frequency": 0.0, "monetary": 0.0, "customer_id": 5},
        index=range(900, 908),
    )
    kinds = (([30, 5, 50], [3, 40, 900], 3), ([150, 1, 3], [3, 40, 900], 2))
    return [
        (pd.concat([_kinds(rng, np.array([one, other], dtype=float), (10, 10)), silent]), k, 1)
        for one, other, k in kinds
    ] + [(_never_or_once(rng), 2)]


def _never_or_once(rng):
    """Half of the customers ordered once, the others never: the logarithm is of 1 + x."""
    table = pd.DataFrame({"recency": 30.0, "frequency": rng.permutation(40) % 2.0}, index=range(40))
    return table.assign(monetary=rng.lognormal(4, 0.5, 40).round(2))


def _poor_starts(rng):
    """Four kinds that overlap, and a seed with which one start ends in a poorer grouping than ten.

    Nearly half of all starts do, so that of ten hardly ever all do.
    """
    fixed = np.random.default_rng(5)
    centres = fixed.normal(5, 1.2, (4, 3)).repeat(9, axis=0)
    rows = np.exp(centres + fixed.normal(0, 0.6, centres.shape))[rng.permutation(36)]
    # Another unit for each column: after a logarithm and standardising next to nothing changes.
    rows = (rows * rng.uniform(0.5, 2, 3)).round(2)
    X = np.log1p(rows)
    X = (X - X.mean(axis=0)) / X.std(axis=0)

    def inertia(seed, n_starts, init):
        return KMeans(4, n_init=n_starts, init=init, random_state=seed).fit(X).inertia_

    enough = 1.001 * inertia(0, 10, "k-means++")
    seed = next(
        seed
        for seed in itertools.count()
        if all(
            inertia(seed, 1, init) > enough >= inertia(seed, 10, init)
            for init in ("k-means++", "random")
        )
    )
    columns = ["recency", "frequency", "monetary"]
    return pd.DataFrame(rows, columns=columns, index=rng.permutation(36) + 70), 4, seed


def _two_against_one(rng):
    """Recency and spend tell two kinds apart, frequency two others, eight against 32.

    Each column counts alike only after a logarithm of 1 + x and division by its standard
    deviation: the range, the quartiles or the variance would let the one win against the two.
    """
    kind = rng.permutation(np.arange(40) < 20)
    rare = rng.permutation(np.arange(40) < 8)
    columns = {
        "recency": np.where(kind, 4, 60),
        "frequency": np.where(rare, 12, 9),
        "monetary": np.where(kind, 20, 900),
    }
    table = pd.DataFrame(columns, index=rng.permutation(40) + 70).astype(float)
    table *= np.exp(rng.normal(0, [0.15, 0.01, 0.15], (40, 3)))
    # Some came today; of the other kind one never came back, and one spent a fortune.
    table.iloc[np.flatnonzero(kind)[:3], 0] = 0.0
    table.iloc[np.flatnonzero(~kind)[:2], [0, 2]] = [[1500.0, 900.0], [60.0, 400_000.0]]
    return table.round(3)


def _few_spend_most(rng):
    """Two kinds by recency and frequency; in one of them a few spend more than all others."""
    low = _kinds(rng, np.array([[5, 40, 12], [300, 2, 60]], dtype=float), (15, 18))
    high = _kinds(rng, np.array([[5, 40, 12], [300, 2, 200]], dtype=float), (15, 18))
    for table, n in ((low, 3), (high, 1)):
        table.loc[table.index[table["frequency"] > 10][:n], "monetary"] = 900.0
    return [(low, 2), (high, 2)]


kmeans_segments = WriteIt(
    reference=reference.kmeans_segments,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "groups of the standardised logarithms, numbered by mean spend",
            lambda rng: [(_four_kinds(rng), 4), (_four_kinds(rng), 4, 5)],
        ),
        Property(
            "any_seed",
            "what a number means does not depend on the seed",
            lambda rng: [(_four_kinds(rng), 4, int(seed)) for seed in rng.integers(0, 99, 1)],
        ),
        Property(
            "small_differences_count",
            "a column of close values counts as much as one whose values reach far",
            lambda rng: [(_narrow_and_wide(rng), 2)],
        ),
        Property(
            "columns_count_alike",
            "two columns that agree outweigh a third, whatever its unit and its extremes",
            lambda rng: [(_two_against_one(rng), 2)],
        ),
        Property(
            "numbered_by_the_mean",
            "a few large spenders lift the mean of their segment, and it is the mean that counts",
            _few_spend_most,
        ),
        Property(
            "best_of_several_starts",
            "one start may end in a poor grouping, the best of ten hardly ever does",
            lambda rng: [_poor_starts(rng) for _ in range(2)],
        ),
        Property("silent_customers", "whoever bought nothing is a customer too", _with_zeros),
        Property("constant_column", "a column that is constant decides nothing", _constant_column),
        Property(
            "one_segment",
            "with k = 1 all are alike",
            lambda rng: [(_kinds(rng, _FOUR[:1], (6,)), 1)],
        ),
    ),
    misconceptions=(
        wrong.raw_columns,
        wrong.without_logarithm,
        wrong.not_standardised,
        wrong.one_start,
        wrong.every_column_used,
        wrong.labels_as_they_come,
        wrong.best_is_zero,
        wrong.ordered_by_total_spend,
        wrong.ordered_by_frequency,
    ),
)


# ---- bootstrap_stability --------------------------------------------------------------------


def _stability_adapter(answer, X, kind, n, seed):
    """Lend an answer a clusterer, and watch what it clusters."""
    import numpy as np

    seen, drawn = [], set()

    def fit_predict(rows):
        rows = np.asarray(rows)
        seen.append((len(rows), len(np.unique(rows[:, 0])) / len(X)))
        if seen[-1][1] < 0.95:
            drawn.update(rows[:, 0].tolist())
        clear = (rows[:, 0] > rows[:, 0].mean()).astype(int)
        other = (rows[:, 1] > rows[:, 1].mean()).astype(int)
        if kind == "relabelled" and len(seen) % 2:
            return 7 - clear
        resampled = seen[-1][1] < 0.95
        if kind == "unrelated" and resampled:
            return other
        if kind == "in part" and resampled:
            return clear * other
        if kind == "moody" and resampled and X[:, 0].max() not in rows[:, 0]:
            return other
        return clear

    seeds = (seed, seed, seed + 1) if kind == "noise" else (seed,)
    values = []
    for each in seeds:
        value = answer(X, fit_predict, n, each)
        try:
            values.append(float(value))
        except (TypeError, ValueError):
            kind_of = type(value).__name__
            raise TypeError(f"return one number; this is of type {kind_of}") from None
    shares = [share for _, share in seen if share < 0.95]
    return {
        "value": values[0],
        "repeats": values[0] == values[len(values) // 2],
        "varies": values[0] != values[-1],
        "sizes": sorted({rows for rows, _ in seen}),
        "n_resamples": len(shares),
        "every_row_drawn": len(drawn) == len(X),
        "distinct": float(np.mean(shares)) if shares else 1.0,
    }


def _two_clouds(rng, n=60):
    """Two groups far apart in the first column, and two others in the second."""
    X = rng.normal(0, 0.3, (n, 2))
    X[: n // 2, 0] += 10
    X[::2, 1] += 10
    return X[rng.permutation(n)]


def _same_or_nothing_in_common(rng):
    return [
        (_two_clouds(rng), kind, 4, int(rng.integers(99)))
        for kind in ("clear", "unrelated", "clear", "unrelated")
    ]


def _near_reference(tolerance):
    def near(call: Call) -> bool:
        return abs(call.value["value"] - call.expected["value"]) < tolerance

    return near


def _resamples(call: Call) -> bool:
    X, _, n, _ = call.args
    seen = call.value
    # Sixty rows drawn from sixty hold 63 % of them, give or take.
    return (
        seen["sizes"] == [len(X)]
        and abs(seen["distinct"] - 0.63) < 0.06
        and seen["n_resamples"] >= n
        # A row is missing from one resample with a chance of 0.37, from forty with none.
        and seen["every_row_drawn"]
    )


# The docstring's example takes a function, which is no plain data: the adapter lends one.
_LENT_CLUSTERER = (np.array([[i + 100 * (i > 9), i % 2] for i in range(20)]), "clear", 5, 0)


bootstrap_stability = WriteIt(
    reference=reference.bootstrap_stability,
    points=3,
    minutes=12,
    level="mid",
    adapter=_stability_adapter,
    shown=(_LENT_CLUSTERER,),
    agrees=lambda expected, got: close(expected["value"], got["value"]),
    properties=(
        Property(
            "values",
            "1 where resamples find the same groups, about 0 where nothing is in common",
            _same_or_nothing_in_common,
            _near_reference(0.1),
        ),
        Property(
            "alike_in_part",
            "where half of a group goes over to another, that is what the index says",
            lambda rng: [(_two_clouds(rng), "in part", 150, int(rng.integers(99)))],
            # Two means of 150 differ by 0.013 or so, another index by 0.09.
            _near_reference(0.06),
        ),
        Property(
            "names_mean_nothing",
            "who is with whom counts, not what a group is called",
            lambda rng: [(_two_clouds(rng), "relabelled", 5, 2)],
            _near_reference(1e-6),
        ),
        Property(
            "mean_over_resamples",
            "resamples without a certain row fall apart: 37 % of them",
            lambda rng: [(_two_clouds(rng), "moody", 30, int(rng.integers(99)))],
            # The mean of 30 has a standard deviation of 0.09.
            lambda call: abs(call.value["value"] - 0.632) < 0.34,
        ),
        Property(
            "draws_with_replacement",
            "each time as many rows as there are, any of them, some twice",
            lambda rng: [(_two_clouds(rng), "clear", 40, 5)],
            _resamples,
        ),
        Property(
            "seeded",
            "the same seed gives the same value, another seed another one",
            lambda rng: [(rng.random((60, 2)), "noise", 4, int(rng.integers(99)))],
            lambda call: bool(call.value["repeats"] and call.value["varies"]),
        ),
    ),
    misconceptions=(
        wrong.nothing_resampled,
        wrong.labels_compared_by_name,
        wrong.rows_misaligned,
        wrong.index_not_adjusted,
        wrong.half_of_the_rows,
        wrong.one_resample,
        wrong.seed_ignored,
        wrong.median_taken,
    ),
)


# ---- bgnbd_neg_log_likelihood ---------------------------------------------------------------

# Fader, Hardie and Lee (2005), to the digits of a maximum.
_PUBLISHED = (0.2425929, 4.4135315, 0.7928861, 2.4257537)


def _histories(rng, n=25, most=8):
    T = rng.uniform(25, 40, n).round(2)
    x = rng.integers(0, most, n)
    x[:3] = 0
    return x, np.where(x > 0, (T * rng.uniform(0.1, 0.95, n)).round(2), 0.0), T


def _parameters(rng):
    return tuple(float(v) for v in rng.uniform(0.3, [1, 6, 2, 4]).round(3))


def _once(rng):
    x, t_x, T = _histories(rng)
    return [(_parameters(rng), 0 * x, 0 * t_x, T)]


def _published_customers(rng):
    table = data.cdnow_summary().iloc[rng.permutation(2357)]
    return [(_PUBLISHED, table["x"].to_numpy(), table["t_x"].to_numpy(), table["T"].to_numpy())]


bgnbd_neg_log_likelihood = WriteIt(
    reference=reference.bgnbd_neg_log_likelihood,
    points=4,
    minutes=20,
    level="senior",
    properties=(
        Property(
            "values",
            "equation 6, its logarithm, summed, with a minus",
            lambda rng: [(_parameters(rng), *_histories(rng)) for _ in range(4)],
        ),
        Property("no_repeat_purchase", "nobody leaves before her first repeat purchase", _once),
        Property(
            "many_purchases",
            "finite for customers with thousands of purchases",
            lambda rng: [(_parameters(rng), *_histories(rng, most=3000))],
        ),
        Property(
            "published_fit",
            "the 2,357 customers of the paper at its parameters",
            _published_customers,
        ),
        Property(
            "nobody",
            "no customers, no likelihood",
            lambda rng: [(_parameters(rng), *(values[:0] for values in _histories(rng)))],
        ),
    ),
    misconceptions=(
        wrong.first_purchase_counted,
        wrong.left_after_the_first,
        wrong.nobody_leaves,
        wrong.mean_over_customers,
        wrong.sign_forgotten,
        wrong.end_for_last_purchase,
        wrong.gamma_overflows,
        wrong.rate_for_scale,
    ),
)


# ---- predict_spend --------------------------------------------------------------------------

predict_spend = BeatIt(
    reference=reference.predict_spend,
    points=5,
    minutes=40,
    level="senior",
    seconds=60.0,
    task=holdout.cdnow_spend,
    baseline=wrong.as_much_again,
    metrics=(
        Metric("error_of_the_total", holdout.total_error),
        Metric("rank_correlation", holdout.rank_correlation),
        Metric("value_in_the_top_tenth", holdout.top_tenth),
    ),
    # Another sensible model of a customer's orders may differ by a sixth of the way.
    par=0.8,
    problem=holdout.problem_with_spend,
    misconceptions=(
        wrong.as_much_again,
        wrong.rate_goes_on,
        wrong.nobody_spends,
        wrong.orders_for_money,
        wrong.same_value_for_all,
        wrong.days_for_weeks,
        wrong.alive_for_ever,
    ),
)
