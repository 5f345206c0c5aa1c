"""The exercises on propensity, in teaching order."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy.special import expit

from solutions.propensity import misconceptions as wrong
from solutions.propensity import reference
from utils.exercises import BeatIt, BreakIt, Call, Metric, Property, WriteIt, WriteTheTest
from utils.exercises.equality import close, is_whole
from utils.holdout import campaigns as holdout

START = pd.Timestamp("2017-05-08")


def _days(ages) -> pd.Series:
    return pd.Series(START - pd.to_timedelta(np.asarray(ages), unit="D"))


# ---- break_persona --------------------------------------------------------------------------


def _rows_of(table, width) -> bool:
    return (
        isinstance(table, (list, tuple))
        and all(isinstance(row, (list, tuple)) and len(row) == width for row in table)
        and all(is_whole(value) for row in table for value in row)
    )


def _problem_with_history(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 3:
        return "return three values: sent, redeemed and today"
    sent, redeemed, today = arguments
    if not _rows_of(sent, 4) or not _rows_of(redeemed, 3) or not is_whole(today):
        return "sent has rows of four whole numbers, redeemed of three, and today is one"
    if max(len(sent), len(redeemed)) > 8:
        return "at most 8 rows were sent and 8 coupons redeemed"
    windows = {(household, campaign): (start, end) for household, campaign, start, end in sent}
    if len(windows) < len(sent) or any(start > end for start, end in windows.values()):
        return "no pair of household and campaign comes twice, no campaign ends before it starts"
    if len({(campaign, *windows[household, campaign]) for household, campaign in windows}) > len(
        {campaign for _, campaign in windows}
    ):
        return "a campaign has the same first and last day for everybody"
    for household, campaign, day in redeemed:
        start, end = windows.get((household, campaign), (1, 0))
        if not start <= day <= end:
            return "a coupon is redeemed by a household that was sent it, while its campaign runs"
    return (
        "" if any(s == today for s, _ in windows.values()) else "at least one campaign starts today"
    )


break_persona = BreakIt(
    reference=reference.break_persona,
    points=3,
    minutes=12,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_history,
    misconceptions=(
        wrong.same_history_for_all,
        wrong.nobody_to_decide_about,
        wrong.redeemed_without_being_sent,
        wrong.a_whole_year,
        wrong.not_three_values,
        wrong.two_coupons_never_in_one_campaign,
        wrong.nothing_happens_later,
        wrong.nothing_is_running,
        wrong.campaigns_share_no_coupon,
        wrong.everybody_has_a_past,
        wrong.nothing_ended_yesterday,
    ),
)


# ---- build_labels ---------------------------------------------------------------------------


def _campaign_data(rng, n_households=8):
    """Three overlapping campaigns; some coupons are late, early, doubled or of somebody not sent.

    The last days, the days after them, and a coupon in time beside one that is not, are made sure
    of, since chance would miss them.
    """
    lengths = rng.integers(10, 30, 3)
    desc = pd.DataFrame(
        {"campaign_id": rng.permutation([4, 8, 18]), "start_date": _days([0, -7, -9])}
    )
    desc["end_date"] = desc["start_date"] + pd.to_timedelta(lengths, unit="D")
    households = rng.permutation(np.arange(100, 100 + n_households))
    sent = pd.DataFrame(
        [(h, c) for h in households for c in desc["campaign_id"] if rng.random() < 0.7],
        columns=["household_id", "campaign_id"],
    ).sample(frac=1, random_state=int(rng.integers(1000)))
    rows = []
    for at, (h, c) in enumerate(sent.to_numpy().tolist()):
        window = desc[desc["campaign_id"] == c].iloc[0]
        length = (window["end_date"] - window["start_date"]).days
        odd = ([length + 1, 1], [1, length + 1], [-1, 1], [1, -1])[at % 4]
        offsets = ([], [0], [length], [length + 1], [-1], [2, 5, 5], odd)[at % 7]
        rows += [(h, c, window["start_date"] + pd.Timedelta(days=int(o))) for o in offsets]
    stranger = (
        int(households.max()) + 1,
        int(desc["campaign_id"].iloc[0]),
        desc["start_date"].iloc[0],
    )
    columns = ["household_id", "campaign_id", "redemption_date"]
    redeemed = pd.DataFrame([*rows, stranger], columns=columns)
    return sent.reset_index(drop=True), desc, redeemed.sample(frac=1, random_state=1)


def _nobody_redeems(rng):
    sent, desc, redeemed = _campaign_data(rng)
    return [(sent, desc, redeemed.iloc[:0])]


def _same_labels(expected, got):
    names = ["household_id", "campaign_id", "y"]
    return isinstance(got, pd.DataFrame) and close(
        expected[names].to_numpy(), got[names].to_numpy().astype(float)
    )


def _campaign_of_others(rng):
    """Each household redeems one of its three campaigns, number 8.

    101 and 8 read like 10 and 18, and 102 hundreds and 8 are 101 hundreds and 108.
    """
    _, desc, _ = _campaign_data(rng)
    desc["campaign_id"] = desc["campaign_id"].replace(4, 108)
    sent = pd.DataFrame(
        [(h, c) for h in rng.permutation([10, *range(101, 106)]) for c in desc["campaign_id"]],
        columns=["household_id", "campaign_id"],
    )
    one = sent[sent["campaign_id"] == 8].merge(desc, on="campaign_id")
    one = one.rename(columns={"start_date": "redemption_date"}).drop(columns="end_date")
    return [(sent, desc, one)]


def _two_coupons_each(rng):
    """A coupon in time and one that is not, in each order in which they can come; some too late."""
    _, desc, _ = _campaign_data(rng)
    window = desc.iloc[0]
    after = (window["end_date"] - window["start_date"]).days + 1
    orders = rng.permutation([(1, after), (after, 1), (-1, 2), (2, -1), (-1, after)])
    households = np.arange(9) + 7
    rows = [
        (h, window["campaign_id"], window["start_date"] + pd.Timedelta(days=int(day)))
        for h in households
        for day in orders[h % len(orders)]
    ]
    sent = pd.DataFrame({"household_id": households, "campaign_id": window["campaign_id"]})
    return (
        sent,
        desc,
        pd.DataFrame(rows, columns=["household_id", "campaign_id", "redemption_date"]),
    )


def _labels_repeat(rng):
    """The index of campaigns repeats its labels."""
    sent, desc, redeemed = _campaign_data(rng)
    return [(sent.set_axis(np.arange(len(sent)) % 3), desc, redeemed)]


build_labels = WriteIt(
    reference=reference.build_labels,
    points=3,
    minutes=10,
    level="junior",
    agrees=_same_labels,
    properties=(
        Property(
            "values",
            "one row for each row of campaigns, in the same order, with 1 where that campaign was "
            "redeemed while it ran and 0 elsewhere",
            lambda rng: [_campaign_data(rng), _campaign_data(rng, 12)],
        ),
        Property(
            "nobody_redeems", "rows of a campaign that nobody redeems are all 0", _nobody_redeems
        ),
        Property(
            "each_campaign_for_itself",
            "a coupon counts for its own campaign and for no other",
            _campaign_of_others,
        ),
        Property(
            "one_in_time_is_enough",
            "a household has 1 if at least one of its coupons was redeemed while the campaign ran",
            lambda rng: [_two_coupons_each(rng)],
        ),
        Property(
            "index_may_repeat",
            "each row has its own y, also where two rows have the same label in the index",
            _labels_repeat,
        ),
    ),
    misconceptions=(
        wrong.one_row_per_coupon,
        wrong.redeemed_in_any_campaign,
        wrong.refusals_lost,
        wrong.late_redemptions_count,
        wrong.last_day_left_out,
        wrong.first_day_left_out,
        wrong.anybody_redeemed,
        wrong.coupons_for_labels,
        wrong.refusals_missing,
        wrong.labels_upside_down,
        wrong.labels_joined_by_index,
        wrong.callers_campaigns_changed,
        wrong.one_coupon_decides,
        wrong.all_coupons_must_be_in_time,
        wrong.redeemers_never_sent,
        wrong.rows_sorted,
        wrong.coupon_of_another_campaign,
    ),
)


# ---- asof_features --------------------------------------------------------------------------


def _shopping(rng, n_households=5, n_baskets=30):
    """Baskets of several lines from well before the first start to well after the last.

    Some lines are there twice: two of the same thing. Household 98 has only old purchases, so old
    that their age in one byte is a young one; all that household 97 bought was free.
    """
    basket = np.repeat(np.arange(n_baskets), rng.integers(1, 4, n_baskets))
    household = rng.integers(1, n_households + 1, n_baskets)
    household[:3] = [98, 98, 97]
    age = rng.integers(-20, 34, n_baskets)
    age[:3] = [*rng.integers(264, 270, 2), rng.integers(2, 12)]
    n_lines = len(basket)
    used = rng.random(n_lines) < 0.4
    lines = pd.DataFrame(
        {
            "household_id": household[basket],
            "basket_id": 500 + basket,
            "day": _days(age[basket]),
            "sales_value": (household[basket] != 97) * rng.integers(1, 900, n_lines) / 100,
            "coupon_disc": np.where(used, rng.integers(1, 20, n_lines) / 10 + 1.05, 0.0),
        }
    )
    twice = pd.concat([lines, lines.iloc[::3]], ignore_index=True)
    return twice.sample(frac=1, random_state=int(rng.integers(1000)))


def _targets(rng, n_households=5):
    """Households with several starts, one that buys nothing, one with old purchases only.

    And one with a free basket only.
    """
    households = [*rng.permutation(np.arange(1, n_households + 1)), 1, 2, 3, 99, 98, 97]
    ages = np.append(rng.permutation(np.arange(len(households) - 1) * 2 - 8), 0)
    # As an array: a Series would be aligned with the index below, and every start would be lost.
    starts = _days(ages).to_numpy()
    return pd.DataFrame(
        {"household_id": households, "start_date": starts, "campaign_id": 8, "day": START},
        index=rng.permutation(np.arange(10, 10 + len(households))),
    )


def _around(ages):
    """One household with one basket on each of these days, counted back from the start."""
    return pd.DataFrame(
        {
            "household_id": 7,
            "basket_id": np.arange(len(ages)),
            "day": _days(ages),
            "sales_value": 2.0 ** np.arange(len(ages)),
            "coupon_disc": [1.25 if i % 2 else 0.0 for i in range(len(ages))],
        }
    )


def _one_target():
    return pd.DataFrame({"household_id": [7], "start_date": [START]})


def _ends_of_window(rng):
    """Household 7 buys on each day around the ends, household 9 from the start on only."""
    lookback = int(rng.integers(5, 20))
    both = _around([lookback + 1, lookback, 1, 0, -1, 0, -1])
    both["household_id"] = [7] * 5 + [9] * 2
    return [(both, pd.DataFrame({"household_id": [7, 8, 9], "start_date": START}), lookback)]


def _two_starts(rng):
    """Different starts of a household, and the same start twice in rows that are not neighbours."""
    starts = _days([0, -6, 0, 0])
    tx = _shopping(rng, n_households=2)
    return [(tx, pd.DataFrame({"household_id": [1, 1, 2, 1], "start_date": starts}), 20)]


def _over_new_year(rng):
    """Starts in January, and purchases of December."""
    back = START - pd.Timestamp("2017-01-04")
    tx, targets = _shopping(rng), _targets(rng)
    return (
        tx.assign(day=tx["day"] - back),
        targets.assign(start_date=targets["start_date"] - back),
        20,
    )


def _labels_twice(rng):
    """Rows that have nothing in common but a label of the index."""
    targets = _targets(rng)
    labels = np.arange(len(targets)) // 2
    return [(_shopping(rng), targets.set_axis(rng.permutation(labels)), 20)]


asof_features = WriteIt(
    reference=reference.asof_features,
    points=4,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "each row counts what lies in the days before its own start",
            lambda rng: [(_shopping(rng), _targets(rng), 20), _over_new_year(rng)],
        ),
        Property(
            "ends_of_the_window",
            "the day of the start does not count, and the oldest day that counts is lookback days "
            "before it",
            _ends_of_window,
        ),
        Property(
            "own_start_for_each_row",
            "each row of a household has its whole past, even if two of them have the same start",
            _two_starts,
        ),
        Property(
            "silent_household_kept",
            "a household that bought nothing in these days has a row with 0, 0, 0 and lookback, "
            "whether or not it bought something earlier",
            lambda rng: [
                (
                    _shopping(rng),
                    pd.DataFrame({"household_id": [77, 98], "start_date": _days([0, 3])}),
                    15,
                )
            ],
        ),
        Property(
            "equal_lines_kept",
            "two equal lines are two purchases",
            lambda rng: [
                (pd.concat([_around([3, 2])] * 2, ignore_index=True), _one_target(), 9),
            ],
        ),
        Property(
            "index_may_repeat",
            "each row has its own past, also where two rows have the same label in the index",
            _labels_twice,
        ),
    ),
    misconceptions=(*wrong.EASIER_LEAKS, *wrong.PLANTED_LEAKS.values()),
)


# ---- kill_asof ------------------------------------------------------------------------------


def _row_by_row(tx, targets, lookback):
    """Right, one row and one line at a time; whole numbers stay whole."""
    names = ["household_id", "day", "basket_id", "sales_value", "coupon_disc"]
    history: dict[int, list] = {}
    for household, *line in zip(*(tx[name] for name in names), strict=True):
        history.setdefault(household, []).append(line)
    rows = []
    for household, start in zip(targets["household_id"], targets["start_date"], strict=True):
        dated = [((start - day).days, *line) for day, *line in history.get(household, [])]
        known = [line for line in dated if 1 <= line[0] <= lookback]
        rows.append(
            {
                "baskets": len({basket for _, basket, _, _ in known}),
                "sales": math.fsum(sales for _, _, sales, _ in known),
                "coupons": sum(coupon > 0 for _, _, _, coupon in known),
                "recency": min((age for age, *_ in known), default=lookback),
            }
        )
    return pd.DataFrame(rows, index=targets.index)


def _start_by_start(tx, targets, lookback):
    """Right, one start and one household at a time; columns in another order."""
    rows = np.tile([0.0, lookback, 0, 0], (len(targets), 1))
    for start in targets["start_date"].unique():
        since = start - pd.Timedelta(days=lookback)
        past = tx[(tx["day"] < start) & (tx["day"] >= since)]
        for household, lines in past.groupby("household_id"):
            mine = (targets["start_date"] == start) & (targets["household_id"] == household)
            by_basket = lines.groupby("basket_id")["sales_value"].sum()
            rows[mine] = (
                by_basket.sum(),
                (start - lines["day"].max()).days,
                len(by_basket),
                (lines["coupon_disc"] > 0).sum(),
            )
    names = ["sales", "recency", "baskets", "coupons"]
    return pd.DataFrame(rows, columns=names, index=targets.index)


def _baskets_first(tx, targets, lookback):
    """Right, by baskets in place of lines, each on its one day."""
    by_basket = tx.groupby(["household_id", "basket_id"], as_index=False)
    baskets = by_basket.agg({"day": "first", "sales_value": "sum", "coupon_disc": "sum"})
    by_line = wrong.asof_at_once(tx, targets, lookback)["coupons"]
    return wrong.asof_at_once(baskets, targets, lookback).assign(coupons=by_line.to_numpy())


kill_asof = WriteTheTest(
    reference=reference.kill_asof,
    points=3,
    minutes=15,
    level="mid",
    right={
        "at_once": wrong.asof_at_once,
        "baskets_first": _baskets_first,
        "row_by_row": _row_by_row,
        "start_by_start": _start_by_start,
    },
    mutants=wrong.PLANTED_LEAKS,
    enough=7,
    misconceptions=(
        wrong.accepts_any_features,
        wrong.rejects_any_features,
        wrong.one_start_only,
        wrong.middle_of_the_window_only,
        wrong.recency_only,
        wrong.floats_in_one_order,
        wrong.expects_a_mistake,
    ),
)


# ---- logistic_loss_grad ---------------------------------------------------------------------


def _point(rng, l2, n=12, n_features=3, scale=1.0):
    X = rng.normal(0, scale, (n, n_features)).round(2)
    w, b = rng.normal(0, 1, n_features).round(2), round(rng.normal(1.5, 0.3), 2)
    return w, b, X, (rng.random(n) < expit(X[:, 0])).astype(int), l2


def _far_out(rng):
    w, b, X, y, _ = _point(rng, 0.0)
    return [(w, b, X * 1e4, y, 0.5), (w, 5e4, X, y, 0.0), (w, -5e4, X, y, 0.1)]


def _gradient_of_the_loss(call: Call) -> bool:
    """The gradient is what finite differences of the right loss say."""
    w, b, X, y, l2 = call.args
    loss, grad_w, grad_b = call.value

    def right_loss(w, b):
        z = X @ w + b
        return np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)

    step = 1e-5
    slopes = [
        (right_loss(w + step * e, b) - right_loss(w - step * e, b)) / (2 * step)
        for e in np.eye(len(w))
    ]
    slope_b = (right_loss(w, b + step) - right_loss(w, b - step)) / (2 * step)
    return bool(
        np.isclose(loss, right_loss(w, b))
        and np.shape(grad_w) == np.shape(w)
        and np.allclose(grad_w, slopes, atol=1e-6)
        and np.isclose(grad_b, slope_b, atol=1e-6)
    )


logistic_loss_grad = WriteIt(
    reference=reference.logistic_loss_grad,
    points=4,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "finite_differences",
            "the loss is right, and the gradient is its slope, as finite differences measure it",
            # The third has coefficients in whole numbers, the fourth has one customer. In the last
            # one customer is far out, and the others are not.
            lambda rng: [
                _point(rng, 0.0),
                _point(rng, 0.1),
                (rng.permutation([1, -2, 3]), *_point(rng, 1.0)[1:]),
                _point(rng, 3.0, n=1),
                (np.ones(1), 0.0, np.array([[0.0], [30.0], [0.5]]), np.array([1, 1, 0]), 0.1),
            ],
            _gradient_of_the_loss,
        ),
        Property(
            "stable", "where z is in the tens of thousands the loss is finite and right", _far_out
        ),
        Property(
            "more_of_the_same",
            "the same customers twice give the same loss and gradient",
            lambda rng: [
                (w, b, np.vstack([X, X]), np.append(y, y), l2)
                for w, b, X, y, l2 in [_point(rng, 0.7)]
            ],
        ),
    ),
    misconceptions=(
        wrong.overflows,
        wrong.probabilities_clipped,
        wrong.wrong_sign,
        wrong.intercept_penalised,
        wrong.summed_not_averaged,
        wrong.penalty_not_halved,
        wrong.penalty_forgotten,
        wrong.penalty_not_in_gradient,
        wrong.penalty_not_in_loss,
        wrong.penalty_averaged,
        wrong.length_not_squared,
        wrong.penalty_absolute,
        wrong.z_clipped,
        wrong.intercept_left_out,
        wrong.gradient_summed,
        wrong.loss_upside_down,
    ),
)


# ---- calibration_table ----------------------------------------------------------------------


def _promised(rng, n):
    """Skewed probabilities that promise too little where low and too much where high."""
    p = (rng.random(n) ** 2).round(4)
    return (rng.random(n) < 0.25 + 0.4 * p).astype(int), p


def _equal_scores(rng, n=91):
    """Few different scores; among equals the earlier redeem more often."""
    return (rng.random(n) < np.linspace(0.8, 0.1, n)).astype(int), rng.integers(0, 3, n) / 4


def _as_series(rng):
    """Series whose labels are numbers in other orders, or no numbers of rows at all."""
    calls = []
    for labels in ([rng.permutation(30) for _ in range(2)], [np.arange(30) + 500] * 2):
        y, p = (pd.Series(each, at) for each, at in zip(_promised(rng, 30), labels, strict=True))
        calls.append((y, p, 4))
    return calls


def _same_table(expected, got):
    names = ["n", "predicted", "observed"]
    table, ece = got
    return (
        isinstance(table, pd.DataFrame)
        and list(table.index) == list(expected[0].index)
        and close(expected[0][names].to_numpy(), table[names].to_numpy(dtype=float))
        and close(expected[1], ece)
    )


calibration_table = WriteIt(
    reference=reference.calibration_table,
    points=3,
    minutes=12,
    level="mid",
    agrees=_same_table,
    properties=(
        Property(
            "values",
            "each bin has its count, its mean prediction and its observed rate",
            lambda rng: [
                (*_promised(rng, 60), 5),
                (*_promised(rng, 44), 7),
                # Promises that are equal in three decimals.
                *[(y, p / 1e4, 4) for y, p in [_promised(rng, 23)]],
            ],
        ),
        Property(
            "one_bin",
            "with one bin the error is the difference of the two means",
            lambda rng: [(*_promised(rng, 17), 1)],
        ),
        Property(
            "fewer_customers_than_bins",
            "each customer is a bin, and no bin is empty",
            lambda rng: [(*_promised(rng, 4), 7), (*_promised(rng, 3), 9)],
        ),
        Property(
            "ties_in_order",
            "customers with equal probabilities stay in their order",
            lambda rng: [(y, p + 0.25, bins) for bins in (5, 8) for y, p in [_equal_scores(rng)]],
        ),
        Property(
            "rows_are_customers",
            "row i of y and of p is customer i, also in a Series with other labels",
            _as_series,
        ),
        Property(
            "small_whole_numbers",
            "labels of one byte are counted like any others",
            lambda rng: [(y.astype(np.uint8), p, 2) for y, p in [_promised(rng, 300)]],
        ),
    ),
    misconceptions=(
        wrong.equal_width,
        wrong.highest_first,
        wrong.gaps_cancel,
        wrong.bins_not_weighted,
        wrong.rest_in_the_last_bin,
        wrong.not_sorted,
        wrong.squared_gaps,
        wrong.larger_bins_anywhere,
        wrong.empty_bins_kept,
        wrong.ties_out_of_order,
        wrong.equal_probabilities_share_a_bin,
        wrong.largest_gap,
        wrong.gaps_added_up,
        wrong.median_for_prediction,
        wrong.numbered_from_one,
        wrong.redeemers_for_rates,
        wrong.rows_by_label,
    ),
)


# ---- ece_floor ------------------------------------------------------------------------------


def _simulations(rng, n=40, n_simulations=35, bins=4):
    """Skewed promises in no order, and draws for them."""
    return (rng.random(n) ** 2).round(4), rng.random((n_simulations, n)).round(4), bins


def _one_promise(rng):
    p, u, _ = _simulations(rng, 25, 12)
    # Bins of 7, 6, 6 and 6: with equal ones, a list that is turned round has the same bins.
    return np.full(25, float(p.mean().round(3))), u, 4


def _at_the_promise(rng):
    """Draws in eighths, as the promises, of which there are two: each ends inside a bin.

    Then promises that are hardly above a draw, and some that nobody keeps or everybody.
    """
    calls = [
        (rng.permutation(np.arange(n) % 2 * 2 + 3) / 8, rng.integers(0, 8, (12, n)) / 8, 3)
        for n in (24, 17)
    ]
    hardly = rng.permutation([3, 3, 5, 5, 6]) / 8 + 1e-9
    certain = rng.permutation([0.0, 0.0, 0.5, 1.0, 1.0])
    return calls + [(p, rng.integers(0, 8, (12, 5)) / 8, 2) for p in (hardly, certain)]


def _lists_and_series(rng):
    p, u, bins = _simulations(rng, 9, 6)
    series = pd.Series(p[::-1], index=rng.permutation(9))
    return [(p.tolist(), u.tolist(), bins), (series, u, bins)]


ece_floor = WriteIt(
    reference=reference.ece_floor,
    points=2,
    minutes=6,
    level="mid",
    properties=(
        Property(
            "values",
            "the first number is the mean of the errors of all simulations, the second their 95th "
            "percentile",
            lambda rng: [
                _simulations(rng),
                _simulations(rng, 31, 22, 3),
                _simulations(rng, 23, 12, 1),
                # As many simulations as customers.
                _simulations(rng, 14, 14, 3),
            ],
        ),
        Property(
            "one_promise_for_all",
            "where everybody is promised the same, equal promises stay in their order",
            lambda rng: [_one_promise(rng)],
        ),
        Property(
            "one_simulation",
            "a single simulation has one error, which is both numbers",
            lambda rng: [_simulations(rng, 20, 1, 3)],
        ),
        Property(
            "fewer_customers_than_bins",
            "each customer is a bin",
            lambda rng: [_simulations(rng, 4, 12, 10)],
        ),
        Property(
            "equal_is_not_below",
            "a customer whose draw equals the promise does not redeem",
            _at_the_promise,
        ),
        Property(
            "array_like",
            "a list or a series is taken like an array",
            _lists_and_series,
            stands="both arguments are array_like, and a list cannot be compared number by number",
        ),
    ),
    misconceptions=(
        wrong.redeems_above_p,
        wrong.mean_rate_for_everybody,
        wrong.half_decides,
        wrong.error_of_the_mean_outcome,
        wrong.two_standard_deviations,
        wrong.median_for_mean,
        wrong.customers_out_of_order,
        wrong.largest_error,
        wrong.redeems_at_p,
        wrong.simulations_pooled,
        wrong.another_percentile,
        wrong.fraction_for_percent,
        wrong.not_interpolated,
        wrong.standard_deviation_for_percentile,
        wrong.errors_with_equal_widths,
        wrong.errors_of_unsorted_customers,
        wrong.errors_without_weights,
        wrong.errors_with_signs,
        wrong.errors_squared,
        wrong.errors_of_ties_out_of_order,
        wrong.errors_of_other_bins,
    ),
)


# ---- recalibrate ----------------------------------------------------------------------------


def _broken_promises(rng, n=120, slope=0.6, shift=-0.5, n_new=7):
    """Promises that came true less often, and too extreme; no threshold separates the outcomes."""
    p_old = expit(rng.normal(-0.5, 1.2, n)).round(4)
    y_old = (rng.random(n) < expit(slope * np.log(p_old / (1 - p_old)) + shift)).astype(int)
    y_old[np.argsort(p_old)[[0, 5, -1, -6]]] = [1, 0, 0, 1]
    return p_old, y_old, expit(rng.normal(-1, 1.2, n_new)).round(4)


def _rare(rng, n=400):
    """Few redeem, and promises are small."""
    p_old, _, p_new = _broken_promises(rng, n, 0.8, 0.5)
    odds = np.exp(-5) * p_old / (1 - p_old)
    y_old = (rng.random(n) < 3 * odds / (1 + odds)).astype(int)
    y_old[np.argsort(odds)[[0, 40, -1, -40]]] = [1, 0, 0, 1]
    return (odds / (1 + odds)).round(6), y_old, np.append(np.exp(-5) * p_new, [0.02, 0.2])


def _certain(rng):
    """Old promises of 0 and 1, some of them wrong, and new ones."""
    calls = []
    for n in (120, 70):
        p_old, y_old, p_new = _broken_promises(rng, n)
        lowest, highest = np.argsort(p_old)[:4], np.argsort(p_old)[-3:]
        p_old[lowest], y_old[lowest] = 0.0, [1, 0, 0, 0]
        p_old[highest], y_old[highest] = 1.0, [0, 1, 1]
        calls.append((p_old, y_old, np.append(p_new, [0.0, 1.0, 0.5])))
    return calls


recalibrate = WriteIt(
    reference=reference.recalibrate,
    points=3,
    minutes=12,
    level="mid",
    agrees=lambda expected, got: close(expected, got, rtol=0, atol=1e-3),
    properties=(
        Property(
            "values",
            "new promises are corrected by the slope and the intercept that the old ones need",
            lambda rng: [
                _broken_promises(rng),
                _broken_promises(rng, 60, 1.5, 0.4),
                _broken_promises(rng, 90, 0.4, -1.0, 4),
                # Who was promised more redeemed less often.
                _broken_promises(rng, 80, -0.8, 0.3),
                _rare(rng),
            ],
        ),
        Property(
            "few_old_customers",
            "with few old customers the fit has no penalty either",
            lambda rng: [_broken_promises(rng, 24, 1.3, -0.8)],
        ),
        Property(
            "certain_promises",
            "promises of exactly 0 and 1 are limited before the log odds are taken",
            _certain,
        ),
        Property(
            "small_whole_numbers",
            "labels of one byte are labels like any others",
            lambda rng: [(p, y.astype(np.uint8), q) for p, y, q in [_broken_promises(rng, 300)]],
        ),
    ),
    misconceptions=(
        wrong.on_probabilities,
        wrong.on_logarithms,
        wrong.penalised,
        wrong.scaled_to_the_rate,
        wrong.intercept_only,
        wrong.slope_only,
        wrong.left_as_promised,
        wrong.log_odds_returned,
        wrong.old_promises_returned,
        wrong.infinite_log_odds,
        wrong.isotonic,
        wrong.limited_elsewhere,
        wrong.chance_of_no_redemption,
        wrong.yes_or_no_returned,
        wrong.straight_line,
        wrong.balanced_classes,
        wrong.each_standardised,
        wrong.shifted_by_the_mean,
    ),
)


# ---- choose_offers --------------------------------------------------------------------------


def _offers(rng, n=25):
    """Halves, quarters and eighths, so that values that should be equal are."""
    return rng.integers(1, 32, n) / 32, rng.integers(1, 40, n) / 2


def _worth_the_same(rng, n=30):
    """Likely customers who bring little, and unlikely ones who bring as much more."""
    p = 2.0 ** -rng.integers(0, 4, n)
    return p, rng.integers(1, 4, n) / p, 0.5, 9.0


def _at_break_even(rng):
    """The product of p and margin is the cost in decimals, and a little more on a computer.

    Then it is more by 0.4 of the ninth decimal, or by 1.4, and the cost has more decimals.
    """
    p = np.array([0.1, 0.5, 0.1, 0.7, 0.2])[rng.permutation(5)]
    margin = np.where(p == 0.1, 3.0, np.where(p == 0.7, 3 / 7, 2.0))
    more = rng.permutation([4e-10, 4e-10, 1.4e-9])
    return [(p, margin, 0.3, 9.0), (np.full(3, 0.5), 2 / 3 + 2 * more, 1 / 3, 9.0)]


choose_offers = WriteIt(
    reference=reference.choose_offers,
    points=4,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "values",
            "the highest value comes first",
            lambda rng: [
                (*_offers(rng), 2.0, 100.0),
                # Offers that cost cents and a part of one.
                (*_offers(rng), 0.015, 0.127),
                (*_offers(rng), 4.0, 30.0),
            ],
        ),
        Property(
            "nothing_at_a_loss",
            "no offer with a value of 0 or less is sent, even if the budget would pay for it",
            lambda rng: [
                (rng.integers(1, 32, 20) / 32, rng.integers(-4, 8, 20) / 2, 1.0, 500.0),
                (np.full(6, 0.5), np.array([2.0, 4.0, 1.0, 2.0, 8.0, 0.0]), 1.0, 50.0),
            ],
        ),
        Property(
            "budget_in_usd",
            "the offers together cost no more than the budget",
            lambda rng: [(*_offers(rng, 40), 0.5, budget) for budget in (0.0, 0.25, 3.0, 4.9999)],
        ),
        Property(
            "without_a_limit",
            "an infinite budget pays for every offer with a value above 0",
            lambda rng: [(*_offers(rng), 2.0, float("inf")), (*_offers(rng, 9), 0.5, float("inf"))],
        ),
        Property(
            "values_in_decimals",
            "a value that is 0 in decimals is 0",
            _at_break_even,
        ),
        Property(
            "budget_in_decimals",
            "a budget that is a whole number of offers in decimals pays for all of them",
            lambda rng: [(*_offers(rng, 40), 0.1, budget) for budget in (0.3, 0.7, 1.0)],
        ),
        Property(
            "ties_by_number",
            "among equal values the lower number comes first",
            lambda rng: [
                (rng.integers(1, 4, 30) / 4, np.full(30, 8.0), 1.0, 20.0),
                # 0.1 x 3 is a little more than 0.3 on a computer.
                (np.array([0.3, 0.1] * 4), np.array([1, 3] * 4), 0.05, 0.3),
                _worth_the_same(rng),
            ],
        ),
    ),
    misconceptions=(
        wrong.likelier_than_not,
        wrong.likeliest_first,
        wrong.losses_sent,
        wrong.budget_ignored,
        wrong.budget_counts_people,
        wrong.cost_paid_on_redemption,
        wrong.worth_nothing_sent,
        wrong.rounding_errors_sent,
        wrong.one_offer_lost,
        wrong.budget_not_used_up,
        wrong.budget_rounded_up,
        wrong.fails_on_an_infinite_budget,
        wrong.nobody_for_an_infinite_budget,
        wrong.equal_values_backwards,
        wrong.lowest_value_first,
        wrong.sorted_by_number,
        wrong.numbers_among_the_rest,
        wrong.numbers_counted_from_one,
        wrong.divided_by_the_margin,
        wrong.highest_margin_first,
    ),
)


# ---- propensity_scores ----------------------------------------------------------------------

propensity_scores = BeatIt(
    reference=reference.propensity_scores,
    points=5,
    minutes=20,
    level="senior",
    seconds=60.0,
    task=holdout.last_campaigns,
    baseline=wrong.one_feature,
    metrics=(
        Metric("average_precision", holdout.average_precision, 2.0),
        Metric("minus_brier_score", holdout.minus_brier, 3.0),
    ),
    # Equally good models differ by some hundredths: about 250 of 1,653 rows are redeemed.
    par=0.85,
    problem=holdout.problem_with_probabilities,
    misconceptions=(
        wrong.one_feature,
        wrong.share_redeemed_before,
        wrong.base_rate_for_all,
        wrong.yes_or_no,
        wrong.odds_for_probabilities,
        wrong.chance_of_no_coupon,
        wrong.everybody_balanced,
        wrong.tree_without_limit,
    ),
)
