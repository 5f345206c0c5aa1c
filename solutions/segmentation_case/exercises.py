"""The exercises of the segmentation case, in teaching order."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

from solutions.segmentation_case import misconceptions as wrong
from solutions.segmentation_case import reference
from utils import data
from utils.exercises import BeatIt, BreakIt, Call, Metric, Property, WriteIt, WriteTheTest
from utils.exercises.equality import is_number, is_whole
from utils.holdout import spend as holdout

# ---- break it -------------------------------------------------------------------------------


def _is_flag(value):
    return is_whole(value) and value in (0, 1)


def _is_amount(value):
    return is_number(value) and 0 <= value <= 10_000


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
    minutes=18,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_customers,
    misconceptions=(
        wrong.nothing_to_see,
        wrong.everybody_assigned,
        wrong.opened_without_assignment,
        wrong.number_of_customers,
        wrong.customers_alone,
    ),
)


# ---- assign_segments ------------------------------------------------------------------------


def _every_score(rng):
    """All 125 customers that there can be, in any order, with a column that nobody asked for."""
    scores = np.array(list(itertools.product(range(1, 6), repeat=3)))[rng.permutation(125)]
    table = pd.DataFrame(scores, columns=list("RFM"), index=rng.permutation(125) + 300)
    # A gap in another column is no missing score.
    return table.assign(monetary=np.where(rng.random(125) < 0.2, np.nan, rng.random(125)))


def _pick(rng, R, F, M, n=12):
    """Customers with scores among those given."""
    scores = {name: rng.choice(values, n) for name, values in zip("RFM", (R, F, M), strict=True)}
    return (pd.DataFrame(scores, index=rng.permutation(n) + 40),)


def _unknown_scores(rng):
    calls = []
    for kind in (float, "Int64", float):
        table = _every_score(rng).astype(float)
        for score in "RFM":
            table.loc[table.index[rng.permutation(125)[:30]], score] = np.nan
        calls.append((table.astype(dict.fromkeys("RFM", kind)),))
    return calls


assign_segments = WriteIt(
    reference=reference.assign_segments,
    points=2,
    minutes=8,
    level="junior",
    properties=(
        Property(
            "values",
            "the first rule that holds, with the index of the input",
            lambda rng: [
                *((_every_score(rng).iloc[:60],) for _ in range(3)),
                # Labels that repeat.
                *((t.set_axis(rng.integers(0, 9, 125)),) for t in [_every_score(rng)]),
            ],
        ),
        Property(
            "first_rule_wins",
            "a customer for whom several rules hold gets the first of them",
            lambda rng: [_pick(rng, [4, 5], [4, 5], [4, 5]), _pick(rng, [1, 2], [1, 5], [4, 5])],
        ),
        Property(
            "borders_belong",
            'a score of 4 satisfies "4 or more", a score of 2 satisfies "2 or less"',
            lambda rng: [
                _pick(rng, [2, 3, 4], [3, 4], [3, 4], 40),
                _pick(rng, [2, 3, 4], [3, 4], [3, 4], 50),
            ],
        ),
        Property(
            "everybody_has_one",
            "a customer for whom no rule holds is other, and nobody is missing",
            lambda rng: [
                _pick(rng, [1, 3, 5], [1, 2, 3], [1, 2, 3, 4, 5]),
                _pick(rng, [2, 3], [1, 3], [1, 2, 3, 4, 5], 20),
            ],
        ),
        Property(
            "no_customers",
            "an empty table gives an empty series",
            lambda rng: [(_every_score(rng).iloc[:0],)],
            stands="a loop that looks at the first row meets no row here",
        ),
        Property(
            "missing_meets_no_condition", "a missing score satisfies no condition", _unknown_scores
        ),
    ),
    misconceptions=(
        wrong.last_rule_wins,
        wrong.recent_before_loyal,
        wrong.lost_before_at_risk,
        wrong.at_risk_before_precedence,
        wrong.borders_left_out,
        wrong.loyal_before_champions,
        wrong.at_risk_wants_both,
        wrong.loyal_whatever_recency,
        wrong.low_border_left_out,
        wrong.high_border_left_out,
        wrong.missing_counts_as_low,
        wrong.missing_fits_no_rule,
        wrong.rest_is_lost,
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
    assigned[:3] = [True, False, True]
    after = (fond * 40 + 5 * assigned + rng.random(n)).round(2)
    after[2:][rng.random(n - 2) < silent] = np.nan
    opened = assigned & (fond > 0.5)
    # One who opened, and one who did not and sent back what she had bought.
    opened[[0, 2]] = [True, False]
    after[2] = 0.0
    return pd.DataFrame(
        {
            "assigned": assigned,
            "opened": opened,
            "before": (rng.random(n) * 10 * (rng.random(n) < 0.8)).round(2),
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
            lambda rng: [
                (_test_of_a_mail(rng),),
                (_test_of_a_mail(rng, 31, 0.0),),
                # Labels that repeat.
                (_test_of_a_mail(rng).set_axis(rng.integers(0, 9, 60)),),
            ],
        ),
        Property(
            "who_opens_does_not_matter",
            "the effect does not depend on who opened",
            lambda rng: (
                [
                    (df.assign(opened=df["assigned"] & (rng.random(60) < 0.2)),)
                    for df in (_test_of_a_mail(rng), _test_of_a_mail(rng))
                ]
                # A mail that was forwarded is opened by somebody who was not assigned.
                + [(df.assign(opened=rng.random(60) < 0.3),) for df in [_test_of_a_mail(rng)]]
                # A mail that nobody opened has an effect too: that of sending it.
                + [(_test_of_a_mail(rng, 6).assign(opened=False),)]
            ),
        ),
        Property(
            "silent_is_zero",
            "a customer without an order spent 0 and is in the mean",
            lambda rng: [(_test_of_a_mail(rng, silent=share),) for share in (0.8, 0.6)],
        ),
        Property(
            "nan_on_empty",
            "with an empty group the effect is NaN",
            _one_group,
            stands="its result is NaN whatever the other group spent",
        ),
    ),
    misconceptions=(
        wrong.before_after_of_the_assigned,
        wrong.opened_against_the_rest,
        wrong.opened_against_the_hold_out,
        wrong.silent_left_out,
        wrong.relative_to_the_hold_out,
        wrong.zero_for_an_empty_group,
        wrong.totals_compared,
        wrong.difference_in_differences,
        wrong.divided_by_the_openers,
        wrong.hold_out_less_assigned,
        wrong.silent_as_before,
        wrong.medians_compared,
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


def _with_rare_segments(rng):
    """Nobody begins in two of the segments; one customer leaves a third, and one is never used."""
    seg0, seg1, order = _two_periods(rng, used=["top", "asleep"])
    seg0.iloc[0] = "rare"
    return seg0, seg1, [*order, "rare", "never"]


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
            "customers are matched by name, and counted where they are",
            lambda rng: [_two_periods(rng, 90)],
        ),
        Property(
            "gone_is_a_place",
            "a customer who is missing in the second period is gone",
            lambda rng: [_two_periods(rng, gone=1.0, new=3)],
        ),
        Property(
            "empty_segment_is_zero",
            "a segment without customers has a row of 0",
            lambda rng: [
                _with_rare_segments(rng),
                # All are new.
                *((seg0.iloc[:0], seg1, order) for seg0, seg1, order in [_two_periods(rng, 5)]),
            ],
        ),
        Property(
            "nobody_gone",
            "the column gone is there even if nobody is gone",
            lambda rng: [_two_periods(rng, 30, gone=0.0, new=0)],
        ),
        Property(
            "order_kept",
            "rows and columns come in the order that was asked for, gone last",
            lambda rng: [(*_two_periods(rng)[:2], ["middle", "low", "asleep", "top"])],
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
        wrong.those_who_stayed_below,
        wrong.rows_and_columns_swapped,
        wrong.new_counted_too,
        wrong.gone_stay_where_they_were,
        wrong.no_column_for_gone,
        wrong.gone_comes_first,
        wrong.in_order_of_the_alphabet,
        wrong.shares_rounded,
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
            lambda rng: [
                (_orders(rng), 6, 14),
                (_orders(rng), 4, 13),
                (_orders(rng, 40), 3, 12),
                # Nobody comes back.
                (pd.DataFrame({"customer_id": [4, 2, 4], "period": [3, 5, 3]}), 3, 9),
                # Two tables, one below the other: labels that repeat.
                (
                    pd.DataFrame(
                        {"customer_id": [4, 2, 4, 2], "period": [3, 5, 5, 6]}, index=[0, 1, 0, 1]
                    ),
                    3,
                    9,
                ),
            ],
        ),
        Property(
            "follow_up_up_to_the_end",
            "a horizon that ends exactly with ``end`` was observed",
            lambda rng: [(_orders(rng), 5, 10), (_orders(rng), 8, 15)],
        ),
        Property(
            "not_after_the_end",
            "an order after ``end`` does not make a customer observed for longer",
            lambda rng: [(_orders(rng), 3, 9), (_orders(rng), 4, 10)],
        ),
        Property(
            "customers_not_orders",
            "a customer with several orders in a period counts once",
            lambda rng: [
                (pd.concat([orders, orders.iloc[:60]], ignore_index=True), h, 14)
                for h, orders in ((4, _orders(rng)), (3, _orders(rng)))
            ],
        ),
        Property(
            "nan_for_nobody",
            "if nobody was observed for the whole horizon, all is NaN",
            lambda rng: [
                (_orders(rng), 12, 14),
                (_orders(rng).iloc[:0], 2, 9),
                (_orders(rng), 3, 0),
            ],
        ),
        Property(
            "horizon_zero",
            "with a horizon of 0 the curve is 1",
            lambda rng: [(_orders(rng), 0, 10)],
            stands="a horizon of 0 leaves one number, which is 1",
        ),
        Property("one_cohort", "the curve of a single cohort is right too", _one_cohort),
    ),
    misconceptions=(
        *wrong.PLANTED_RETENTION.values(),
        wrong.all_in_the_denominator,
        wrong.lost_for_good,
        wrong.first_row_for_first_period,
        wrong.cohorts_averaged,
        wrong.leavers_left_out,
        wrong.number_for_nobody,
        wrong.horizon_one_short,
    ),
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


def _by_table(activity, horizon, end):
    """Right, by a table of customers and ages; a series comes back."""
    known = activity[activity["period"] <= end]
    row, customers = pd.factorize(known["customer_id"])
    first = np.full(len(customers), end)
    np.minimum.at(first, row, known["period"])
    age = known["period"].to_numpy() - first[row]
    active = np.zeros((len(customers), horizon + 1))
    active[row[age <= horizon], age[age <= horizon]] = 1
    return pd.DataFrame(active[first + horizon <= end]).mean()


kill_retention = WriteTheTest(
    reference=reference.kill_retention,
    points=3,
    minutes=15,
    level="mid",
    right={"reference": reference.retention_curve, "loop": _by_loop, "table": _by_table},
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


def _many_alike(rng):
    """Eight kinds of customers, ten alike of each, and two who spend far less or far more.

    Spend tells the kinds apart best, in the spread of all rows. In that of the different rows, of
    which these two are a fifth, orders would.
    """
    orders = np.tile(np.repeat([-1.3, -0.7, 0.7, 1.3], 2), 10)
    spend = np.tile([-1.0, 1.0], 40)
    logs = np.array([*zip(orders, spend, strict=True), (0, -2.2), (0, 2.2)])
    rows = np.expm1(logs + rng.uniform(3, 4, 2)).round(3)
    table = pd.DataFrame(rows, columns=["frequency", "monetary"])
    return table.assign(recency=30.0, customer_id=range(82)).iloc[rng.permutation(82)]


def _constant_column(rng):
    table = _four_kinds(rng)
    table["recency"] = 30.0
    return [(table[table["frequency"] > 30], 2, 3)]


def _with_zeros(rng):
    """The silent, many and all alike, stand apart from two kinds that are nearer to each other."""
    silent = pd.DataFrame(
        {"recency": 365.0, "frequency": 0.0, "monetary": 0.0, "customer_id": 5},
        index=range(900, 908),
    )
    active = _kinds(rng, np.array([[30, 5, 50], [3, 40, 900]], dtype=float), (10, 10))
    return [
        (pd.concat([active, silent]), 2, 1),
        (_never_or_once(rng), 2),
        (_today_or_yesterday(rng), 2),
    ]


def _never_or_once(rng):
    """Half of the customers ordered once, the others never: the logarithm is of 1 + x."""
    table = pd.DataFrame({"recency": 30.0, "frequency": rng.permutation(40) % 2.0}, index=range(40))
    return table.assign(monetary=rng.lognormal(4, 0.5, 40).round(2))


def _today_or_yesterday(rng):
    """Who came today and who came yesterday are nearer to each other than to six days ago.

    The logarithm of 1 + x says so; one of x itself, of whatever stands for 0, does not. Spend is
    much the same in all three.
    """
    recency = np.repeat([0.0, 1.0, 6.0], [4, 4, 8])
    spend = np.tile([50.0, 53.0, 53.0, 56.0], 4) + 0.01 * recency
    table = pd.DataFrame({"recency": recency, "frequency": 3.0, "monetary": spend})
    return table.iloc[rng.permutation(16)]


def _standardised(rows):
    X = np.log1p(rows)
    return (X - X.mean(axis=0)) / X.std(axis=0)


def _in_another_order(rng):
    """Four kinds, and a seed with which the order of groups by spend is not its own inverse.

    Where it is, the place of each group and the group in each place are the same.
    """
    table = _four_kinds(rng)
    X = _standardised(table[["recency", "frequency", "monetary"]].to_numpy(dtype=float))
    while True:
        seed = int(rng.integers(99))
        runs = KMeans(4, n_init=10, random_state=seed).fit_predict(X)
        order = table["monetary"].groupby(runs).mean().to_numpy().argsort()
        if (order[order] != np.arange(4)).any():
            return table, 4, seed


def _poor_starts(rng):
    """Four kinds that overlap, and a seed with which one start ends in a poorer grouping than ten.

    Nearly half of all starts do, so that of ten hardly ever all do.
    """
    fixed = np.random.default_rng(5)
    centres = fixed.normal(5, 1.2, (4, 3)).repeat(9, axis=0)
    rows = np.exp(centres + fixed.normal(0, 0.6, centres.shape))[rng.permutation(36)]
    # Another unit for each column: after a logarithm and standardising next to nothing changes.
    rows = (rows * rng.uniform(0.5, 2, 3)).round(2)
    X = _standardised(rows)

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
            "segments come from standardised logarithms, numbered by mean spend",
            lambda rng: [(_four_kinds(rng), 4, 5)],
        ),
        Property(
            "any_seed",
            "the numbers do not depend on the seed",
            lambda rng: [_in_another_order(rng)],
        ),
        Property(
            "small_differences_count",
            "a column of close values counts as much as one whose values reach far",
            lambda rng: [(_narrow_and_wide(rng), 2), (_many_alike(rng), 2)],
        ),
        Property(
            "columns_count_alike",
            "two columns that agree outweigh a third, whatever its unit and its extremes",
            lambda rng: [(_two_against_one(rng), 2)],
        ),
        Property(
            "numbered_by_the_mean",
            "segments are numbered by the mean, also where a few spend most of the money",
            _few_spend_most,
        ),
        Property(
            "best_of_several_starts",
            "the best of ten starts is kept",
            lambda rng: [_poor_starts(rng)],
        ),
        Property(
            "silent_customers",
            "customers with 0 orders and 0 USD get the right segment",
            _with_zeros,
        ),
        Property("constant_column", "a constant column changes nothing", _constant_column),
        Property(
            "one_segment",
            "with k = 1 all customers are in segment 0",
            lambda rng: [(_kinds(rng, _FOUR[:1], (6,)), 1)],
            stands="an answer that numbers from 1, or fails on one segment, is caught here",
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
        wrong.ordered_by_centre,
        wrong.ordered_by_frequency,
        wrong.places_for_ranks,
        wrong.scaled_before_the_logarithm,
    ),
)


# ---- bootstrap_stability --------------------------------------------------------------------


def _stability_adapter(answer, X, kind, n, seed):
    """Lend an answer a clusterer, and watch what it clusters."""
    import numpy as np
    import pandas as pd

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
        if kind == "below zero" and len(seen) % 2:
            return 5 * clear - 1
        if kind == "one segment":
            return 0 * clear
        if kind == "words":
            return np.array(["small", "large"] if len(seen) % 2 else ["poor", "rich"])[clear]
        resampled = seen[-1][1] < 0.95
        if kind == "alone" and resampled:
            # Who has no neighbour belongs to no group, as where density decides.
            _, row, times = np.unique(rows[:, 0], return_inverse=True, return_counts=True)
            return np.where(times[row] > 1, clear, -1)
        if kind == "unrelated" and resampled:
            return other
        if kind == "in part" and resampled:
            return clear * other if len(seen) % 2 else 5 - clear * other
        if kind == "opposed" and resampled:
            # Each group is halved, more evenly than by chance.
            return pd.Series(clear).groupby(clear).cumcount().to_numpy() % 2
        if kind in ("moody", "falls together") and resampled and X[:, 0].max() not in rows[:, 0]:
            return other if kind == "moody" else 0 * clear
        return clear

    seeds = (seed, seed, seed + 1) if kind == "noise" else (seed,)
    values: list[float | None] = []
    for each in seeds:
        value = answer(X, fit_predict, n, each)
        if value is None:
            # The card has a sentence of its own for this.
            return None
        try:
            values.append(float(value))
        except (TypeError, ValueError):
            values.append(None)
    shares = [share for _, share in seen if share < 0.95]
    return {
        # Of what is no number, no property of the value holds.
        "value": value if None in values else values[0],
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
    kinds = ("clear", "unrelated", "one segment")
    return [(_two_clouds(rng), kind, 4, int(rng.integers(99))) for kind in kinds]


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
        # A row is missing from one resample with a chance of 0.37, from all 16 never.
        and seen["every_row_drawn"]
    )


def _same_stability(expected, got):
    """Other draws with the same seed may give a slightly different mean."""
    if any(expected[flag] != got[flag] for flag in ("repeats", "varies")):
        return False
    # Who clusters the same rows again makes another mistake than who clusters a resample twice.
    if bool(expected["n_resamples"]) != bool(got["n_resamples"]):
        return False
    # Values that do not depend on the seed as they should say nothing by themselves.
    if not expected["repeats"]:
        return True
    sizes = [min(len(each["sizes"]), 3) for each in (expected, got)]
    return sizes[0] == sizes[1] and abs(expected["value"] - got["value"]) < 0.12


# The docstring's example takes a function, which is no plain data: the adapter lends one.
_LENT_CLUSTERER = (np.array([[i + 100 * (i > 9), i % 2] for i in range(20)]), "clear", 5, 0)


bootstrap_stability = WriteIt(
    reference=reference.bootstrap_stability,
    points=3,
    minutes=12,
    level="mid",
    adapter=_stability_adapter,
    shown=(_LENT_CLUSTERER,),
    agrees=_same_stability,
    properties=(
        Property(
            "values",
            "the value is 1 for the same groups and about 0 for unrelated ones",
            _same_or_nothing_in_common,
            _near_reference(0.1),
        ),
        Property(
            "alike_in_part",
            "the value is that of the adjusted Rand index where groups agree in part",
            lambda rng: [
                (_two_clouds(rng, 240), "in part", 20, int(rng.integers(99))),
                # Less than by chance is -0.09.
                (_two_clouds(rng, 12), "opposed", 20, int(rng.integers(99))),
                # A row that is drawn twice counts twice.
                (_two_clouds(rng, 240), "alone", 20, int(rng.integers(99))),
            ],
            # Two means of 20 differ by 0.02 or so, another index by 0.09.
            _near_reference(0.06),
        ),
        Property(
            "names_mean_nothing",
            "the value does not depend on the names of the labels",
            lambda rng: [
                *(
                    (_two_clouds(rng), kind, 5, seed)
                    for kind in ("relabelled", "below zero")
                    for seed in (2, 3)
                ),
                (_two_clouds(rng), "words", 5, 2),
            ],
            _near_reference(1e-6),
            stands="the groups are the same in each of its calls, whatever their names are",
        ),
        Property(
            "mean_over_resamples",
            "the value is the mean over resamples, some of which agree and some not",
            # Of an odd number of resamples the median is that of one, and far from the mean.
            lambda rng: [
                (_two_clouds(rng), kind, 31, int(rng.integers(99)))
                for kind in ("moody", "falls together")
            ],
            # The mean of 31 has a standard deviation of 0.09.
            lambda call: abs(call.value["value"] - 0.632) < 0.34,
        ),
        Property(
            "draws_with_replacement",
            "each resample has as many rows as ``X``, drawn with replacement",
            lambda rng: [(_two_clouds(rng), "clear", 16, 5)],
            _resamples,
        ),
        Property(
            "seeded",
            "the same seed gives the same value, and another seed another value",
            lambda rng: [(rng.random((150, 2)), "noise", 6, int(rng.integers(99))) for _ in "ab"],
            lambda call: bool(call.value["repeats"] and call.value["varies"]),
        ),
    ),
    misconceptions=(
        wrong.nothing_resampled,
        wrong.resample_clustered_twice,
        wrong.labels_compared_by_name,
        wrong.rows_misaligned,
        wrong.index_not_adjusted,
        wrong.half_of_the_rows,
        wrong.one_resample,
        wrong.seed_ignored,
        wrong.unseeded,
        wrong.distinct_rows,
        wrong.no_mean_of_resamples,
        wrong.worst_resample,
        wrong.mutual_information,
        wrong.two_different_draws,
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
    r, alpha, a, _ = _parameters(rng)
    # With b of 1 the second term divides by b + x - 1, which is 0.
    return [(_parameters(rng), 0 * x, 0 * t_x, T), ((r, alpha, a, 1.0), x, t_x, T)]


def _published_customers(rng):
    table = data.cdnow_summary().iloc[rng.permutation(2357)]
    return [(_PUBLISHED, table["x"].to_numpy(), table["t_x"].to_numpy(), table["T"].to_numpy())]


bgnbd_neg_log_likelihood = WriteIt(
    reference=reference.bgnbd_neg_log_likelihood,
    points=3,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "the result is minus the sum of the logarithms of equation 6",
            lambda rng: [
                *((_parameters(rng), *_histories(rng)) for _ in range(4)),
                # They came less than one unit of time ago.
                (
                    (0.5, 4.0, 1.0, 2.0),
                    np.array([0, 1]),
                    np.array([0.0, 0.3]),
                    np.array([0.5, 0.8]),
                ),
            ],
        ),
        Property(
            "no_repeat_purchase",
            "a customer without a repeat purchase has the first term only",
            _once,
        ),
        Property(
            "many_purchases",
            "the result is finite and right for customers with thousands of purchases",
            lambda rng: [
                (_parameters(rng), *_histories(rng, most=3000)),
                # She bought until the end: both terms count, and both are tiny.
                ((0.5, 4.0, 1.0, 2.0), np.array([400]), np.array([39.3]), np.array([40.0])),
                # Eleven years in days: the likelihood is below the smallest float.
                ((0.5, 4.0, 1.0, 2.0), np.array([400]), np.array([3950.0]), np.array([4000.0])),
            ],
        ),
        Property(
            "published_fit",
            "the 2,357 customers of the paper come out as published",
            _published_customers,
        ),
        Property(
            "nobody",
            "no customers give 0",
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
        wrong.terms_underflow,
        wrong.rate_for_scale,
        wrong.one_repeat_cannot_leave,
        wrong.times_exchanged,
        wrong.second_beta_missing,
        wrong.alpha_power_missing,
        wrong.terms_multiplied,
        wrong.larger_term_alone,
        wrong.logarithms_read_from_params,
        wrong.a_and_b_exchanged,
        wrong.one_for_each_customer,
        wrong.beta_not_raised,
    ),
)


# ---- ziln_loss ------------------------------------------------------------------------------


def _spenders(rng, n=30, zeros=0.6):
    y = np.where(rng.random(n) < zeros, 0.0, rng.lognormal(3, 1, n)).round(2)
    y[:3] = [0.0, 25.0, 0.4]
    return rng.permutation(y), rng.normal(0, 1.5, n).round(3), rng.normal(3, 0.5, n).round(3)


def _sure(rng):
    """Log-odds so large that a probability rounds to 0 or 1, each of them right and wrong."""
    y = np.where(np.arange(8) % 2, rng.lognormal(3, 1, 8), 0.0).round(2)
    z = np.repeat([-900.0, 900.0, -40.0, 60.0], 2)
    order = rng.permutation(8)
    return [(y[order], z[order], _spenders(rng, 8)[2], 0.8)]


ziln_loss = WriteIt(
    reference=reference.ziln_loss,
    points=4,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "values",
            "the loss is the mean negative log-likelihood over all customers",
            lambda rng: [
                *((*_spenders(rng), s) for s in (0.5, 1.3, 2.0)),
                # In a large currency a coffee is less than a hundredth.
                (np.array([0.0, 0.004]), np.zeros(2), np.zeros(2), 1.0),
                (np.array([0.0, 1e13]), np.zeros(2), np.full(2, 30.0), 1.0),
            ],
        ),
        Property(
            "one_sigma_each",
            "``sigma`` may be one number per customer",
            lambda rng: [(*_spenders(rng), rng.uniform(0.4, 2, 30).round(2))],
        ),
        Property(
            "all_spend",
            "the loss is right where everybody spends",
            lambda rng: [(*_spenders(rng, 12, 0.0), 0.05)],
        ),
        Property(
            "nobody_spends",
            "the loss is right where nobody spends",
            lambda rng: [(np.zeros(7), *_spenders(rng, 7)[1:], 1.1)],
        ),
        Property("very_sure", "the loss is finite and right for very large log-odds", _sure),
        Property(
            "whole_dollars",
            "spend may be whole numbers of any type",
            lambda rng: [
                (rng.integers(0, 3, 9).astype(kind), *_spenders(rng, 9)[1:], 1.2)
                for kind in (np.uint8, int)
            ],
        ),
    ),
    misconceptions=(
        wrong.log1p_of_spend,
        wrong.no_jacobian,
        wrong.zeros_in_the_lognormal,
        wrong.lognormal_mean_over_buyers,
        wrong.probability_then_log,
        wrong.sign_of_logit,
        wrong.sum_for_mean,
        wrong.sigma_not_paid_for,
        wrong.probability_clipped,
        wrong.constant_missing,
        wrong.half_missing,
        wrong.variance_for_deviation,
        wrong.jacobian_subtracted,
        wrong.nothing_times_infinity,
    ),
)


# ---- normalised_gini ------------------------------------------------------------------------


def _ranked(rng, n=25, decimals=3):
    y = _spenders(rng, n)[0]
    return y, (0.02 * y + rng.normal(0, 1, n)).round(decimals)


def _shuffled_ties(rng):
    """The same customers in two orders, with few different scores."""
    y, score = _ranked(rng, 25, 0)
    order = np.lexsort((y, score))
    all_alike = y, np.full(len(y), 0.3)
    return [
        *((y[rows], score[rows]) for rows in (order, order[::-1])),
        all_alike,
        # Whole dollars, of which each gets a half; equal scores do not stand side by side.
        (np.array([5, 4, 0, 1]), np.array([2, 1, 2, 1])),
        (np.array([0, 0, 3, 9]), np.array([1, 2, 1, 2])),
    ]


normalised_gini = WriteIt(
    reference=reference.normalised_gini,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the result is the Gini of the score's order over the best one",
            lambda rng: [
                *(_ranked(rng), _ranked(rng, 40), _ranked(rng, 12)),
                # One customer alone spends.
                (np.array([0.0, 0.0, 5.0, 0.0]), np.array([0.1, 0.3, 0.2, 0.4])),
            ],
        ),
        Property("ties_share", "customers with equal scores share their money", _shuffled_ties),
        Property(
            "perfect_is_1",
            "the best order has 1, the worst -1",
            lambda rng: (
                [(y, 3 * y + 7) for y, _ in [_ranked(rng)]]
                + [(np.arange(9.0), -np.arange(9.0))]
                # One of them spends a cent less than the others.
                + [(np.array([2000.0, 2000.01, 2000.01]), np.array([1.0, 3.0, 2.0]))]
            ),
        ),
        Property(
            "any_scale",
            "only the order of the scores counts",
            lambda rng: [
                *((y, s * score - 50) for s in (1e-3, 90.0) for y, score in [_ranked(rng)]),
                *((y, 1e-9 * score) for y, score in [_ranked(rng)]),
                # Large whole numbers next to each other.
                (np.array([9.0, 0.0, 3.0, 0.0]), 2.0**24 + np.array([4.0, 3.0, 2.0, 1.0])),
            ],
        ),
        Property(
            "nan_without_order",
            "if nobody spends, or all spend the same, the result is NaN",
            lambda rng: [
                (np.zeros(6), rng.random(6)),
                (np.full(5, 4.2), rng.random(5)),
                (np.full(13, 0.3), rng.random(13)),
                (np.full(7, 0.1), rng.random(7)),
                (np.zeros(0), np.zeros(0)),
            ],
            stands="its result is NaN whatever the scores are",
        ),
    ),
    misconceptions=(
        wrong.not_normalised,
        wrong.ties_by_row,
        wrong.upside_down,
        wrong.of_those_who_buy,
        wrong.of_the_prediction,
        wrong.rank_correlation,
        wrong.zero_when_all_alike,
        wrong.rounding_for_a_gini,
        wrong.best_first_among_equals,
        wrong.less_one,
        wrong.sign_dropped,
        wrong.one_point_for_equals,
        wrong.scores_rounded,
    ),
)


# ---- payback_month --------------------------------------------------------------------------


def _months(rng, n=12):
    """Spend that falls with time, a month without an order here and there."""
    spend = 60 * 0.85 ** np.arange(n) * rng.uniform(0.5, 1.5, n)
    return np.where(rng.random(n) < 0.2, 0, spend).round(2).tolist()


def _reached(rng, rate, n=12):
    """A cost that is paid back in the middle of the year, and not in the first month."""
    spend, margin = _months(rng, n), round(float(rng.uniform(0.2, 0.5)), 2)
    spend[0] = 20.0
    worth = [margin * m / (1 + rate) ** (i / 12) for i, m in enumerate(spend, start=1)]
    return spend, margin, round(float(rng.uniform(0.75, 0.95) * sum(worth)), 2), rate


payback_month = WriteIt(
    reference=reference.payback_month,
    points=2,
    minutes=8,
    level="junior",
    properties=(
        Property(
            "values",
            "the margin of the months is added up until it reaches the cost",
            lambda rng: (
                [_reached(rng, 0.0)[:3] for _ in range(3)]
                # Whole dollars whose halves are not; a third of a cent is still missing.
                + [([16, 1, 1], 0.5, 8.003)]
                # Less than half a cent is missing.
                + [([24.99, 20.0], 0.4, 10.0), ([9_999.95, 20.0], 1.0, 10_000.0)]
            ),
        ),
        Property(
            "discounted",
            "a later month is worth less today",
            lambda rng: [_reached(rng, rate, 36) for rate in (0.2, 0.5, 0.9, 0.4)],
        ),
        Property(
            "one_year_is_the_rate",
            "twelve months are discounted by the rate once",
            lambda rng: [([0.0] * 11 + [100.0, 100.0], 0.5, cost, 0.25) for cost in (39.99, 40.01)],
        ),
        Property(
            "exactly",
            "a customer who earns exactly the cost has paid back",
            lambda rng: (
                [
                    (rng.permutation(np.arange(1.0, 13.0)).tolist(), 0.25, quarters / 4)
                    for quarters in (78.0, 78.25)
                ]
                + [([n] * 12, 0.5, n * 1.5) for n in (1.0, 6.0, 20.0)]
                # A cost of a dollar and of less is a cost too.
                + [([2.0, 2.0], 0.25, cost) for cost in (0.25, 1.0)]
                # All that she spends is earned.
                + [([2.0, 3.0, 1.0], 1.0, 5.0)]
            ),
        ),
        Property(
            "never",
            "a customer who does not pay back gives None",
            lambda rng: [
                (_months(rng), 0.1, 900.0),
                ([], 0.5, 10.0),
                ([0.0, 0.0], 0.3, 5),
                # It would do if a dollar of later were one of today.
                ([10.0, 10.0], 0.5, 9.9, 0.5),
            ],
            stands="its result is None in each of its calls",
        ),
        Property(
            "nothing_to_pay",
            "without a cost the month is 0",
            lambda rng: [(_months(rng), 0.3, 0), ([], 0.3, -4.0), ([20.0, 5.0], 0.3, -4.0)],
            stands="its result is 0 in each of its calls",
        ),
    ),
    misconceptions=(
        wrong.revenue_for_margin,
        wrong.month_from_zero,
        wrong.strictly_more,
        wrong.average_month,
        wrong.not_discounted,
        wrong.rate_per_month,
        wrong.last_month_when_never,
        wrong.one_month_alone,
        wrong.first_month_not_discounted,
        wrong.rate_over_twelve,
        wrong.whole_years_discounted,
        wrong.sum_discounted_at_once,
        wrong.month_one_when_never,
        wrong.month_one_for_nothing,
    ),
)


# ---- survival_curve -------------------------------------------------------------------------


def _joiners(rng, n=40, longest=12):
    """Users who leave after a while; who joined late is observed for a few days only."""
    stays, observed = rng.geometric(0.15, n), rng.integers(1, longest + 1, n)
    return np.minimum(stays, observed), stays <= observed


survival_curve = WriteIt(
    reference=reference.survival_curve,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "each day's share is among those who are still observed",
            lambda rng: [
                *((*_joiners(rng), 8), (*_joiners(rng, 300), 6), (*_joiners(rng, 25, 7), 5)),
                # Between two days on which somebody leaves, others are observed to the end.
                (np.array([1, 2, 3, 4]), np.array([True, False, False, True]), 5),
            ],
        ),
        Property(
            "nobody_censored",
            "if all have left, the curve is the share that lasted longer",
            lambda rng: [(days := rng.permutation(np.arange(20) % 9 + 1), days > 0, 8)],
        ),
        Property(
            "nobody_left",
            "if nobody has left, the curve stays 1 while somebody is observed",
            lambda rng: [(rng.integers(5, 9, 12), np.zeros(12, dtype=bool), 5)],
        ),
        Property(
            "nan_when_unobserved",
            "when nobody is observed any more the curve is NaN",
            lambda rng: [
                (*_joiners(rng, 15, 4), 9),
                (np.zeros(0, int), np.zeros(0, bool), 2),
                # The last one to be observed has not left.
                (np.array([1, 2, 2]), np.array([True, True, False]), 4),
                (np.array([1, 2]), np.array([True, False]), 3),
                # All have left, and the curve ends at 0 before it ends.
                (days := rng.permutation(np.arange(12) % 5 + 1), days > 0, 8),
            ],
        ),
        Property(
            "horizon_zero",
            "with a horizon of 0 the curve is 1",
            lambda rng: [(*_joiners(rng, 9), 0)],
            stands="a horizon of 0 leaves one number, which is 1",
        ),
    ),
    misconceptions=(
        wrong.censored_have_left,
        wrong.censored_dropped,
        wrong.censored_stay_for_ever,
        wrong.gone_before_the_day,
        wrong.hazard_for_survival,
        wrong.one_day_late,
        wrong.everybody_at_risk,
        wrong.leavers_not_at_risk,
        wrong.goes_on_after_the_end,
        wrong.nobody_left_at_the_end,
        wrong.nan_after_the_last_exit,
        wrong.nan_on_the_last_day,
        wrong.hazards_summed,
        wrong.days_with_events_alone,
    ),
)


# ---- predict_spend --------------------------------------------------------------------------

predict_spend = BeatIt(
    reference=reference.predict_spend,
    points=5,
    minutes=40,
    level="senior",
    seconds=60.0,
    task=holdout.simulated_spend,
    baseline=wrong.as_much_again,
    metrics=(
        Metric("error_of_the_total", holdout.total_error),
        Metric("rank_correlation", holdout.rank_correlation),
        Metric("value_in_the_top_tenth", holdout.top_tenth),
    ),
    # Another sensible model of a customer's orders may differ by a third of the way.
    par=0.65,
    left_as_is=True,
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
