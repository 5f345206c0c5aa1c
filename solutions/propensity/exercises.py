"""The exercises on propensity, in teaching order."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import expit

from solutions.propensity import misconceptions as wrong
from solutions.propensity import reference
from utils import holdout
from utils.exercises import BeatIt, BreakIt, Call, Metric, Property, WriteIt, WriteTheTest
from utils.exercises.equality import close, is_whole

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
        return "no pair of household and campaign twice, and no campaign that ends before it starts"
    if len({(campaign, *windows[household, campaign]) for household, campaign in windows}) > len(
        {campaign for _, campaign in windows}
    ):
        return "a campaign has the same first and last day for everybody"
    for household, campaign, day in redeemed:
        start, end = windows.get((household, campaign), (1, 0))
        if not start <= day <= end:
            return "a coupon is redeemed by who was sent it, while its campaign runs"
    return "" if any(start == today for start, _ in windows.values()) else "a campaign starts today"


break_persona = BreakIt(
    reference=reference.break_persona,
    points=3,
    minutes=10,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_history,
    misconceptions=(
        wrong.same_history_for_all,
        wrong.nobody_to_decide_about,
        wrong.redeemed_without_being_sent,
        wrong.a_whole_year,
        wrong.history_alone,
    ),
)


# ---- build_labels ---------------------------------------------------------------------------


def _campaign_data(rng, n_households=12):
    """Three overlapping campaigns; some coupons are late, early, doubled or not for who has them.

    The last days, the days after them, and a coupon in time beside one that is not, are made sure
    of, since chance would miss them.
    """
    lengths = rng.integers(10, 30, 3)
    desc = pd.DataFrame(
        {"campaign_id": rng.permutation([4, 8, 15]), "start_date": _days([0, -7, -9])}
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
    """Each household redeems one of its three campaigns."""
    sent, desc, _ = _campaign_data(rng)
    sent = pd.DataFrame(
        [(h, c) for h in sent["household_id"].unique()[:6] for c in desc["campaign_id"]],
        columns=["household_id", "campaign_id"],
    )
    one = sent.groupby("household_id").nth(1).merge(desc, on="campaign_id")
    one = one.rename(columns={"start_date": "redemption_date"}).drop(columns="end_date")
    return [(sent, desc, one)]


build_labels = WriteIt(
    reference=reference.build_labels,
    points=3,
    minutes=10,
    level="junior",
    agrees=_same_labels,
    properties=(
        Property(
            "values",
            "1 for who redeemed this campaign while it ran, 0 for everybody else who was sent it",
            lambda rng: [_campaign_data(rng), _campaign_data(rng, 20)],
        ),
        Property("nobody_redeems", "a campaign that nobody redeems has its zeros", _nobody_redeems),
        Property(
            "each_campaign_for_itself",
            "a coupon of one campaign says nothing of another",
            _campaign_of_others,
        ),
    ),
    misconceptions=(
        wrong.one_row_per_coupon,
        wrong.redeemed_in_any_campaign,
        wrong.refusals_lost,
        wrong.late_redemptions_count,
        wrong.last_day_left_out,
        wrong.one_coupon_decides,
        wrong.redeemers_never_sent,
    ),
)


# ---- asof_features --------------------------------------------------------------------------


def _shopping(rng, n_households=6, n_baskets=60, lookback=20):
    """Baskets of several lines from well before the first start to well after the last.

    Some lines are there twice: two of the same thing.
    """
    basket = np.repeat(np.arange(n_baskets), rng.integers(1, 4, n_baskets))
    household = rng.integers(1, n_households + 1, n_baskets)
    age = rng.integers(-25, 50, n_baskets)
    n_lines = len(basket)
    used = rng.random(n_lines) < 0.4
    lines = pd.DataFrame(
        {
            "household_id": household[basket],
            "basket_id": 500 + basket,
            "day": _days(age[basket]),
            "sales_value": rng.integers(1, 900, n_lines) / 100,
            "coupon_disc": np.where(used, rng.integers(1, 20, n_lines) / 10 + 1.05, 0.0),
        }
    )
    twice = pd.concat([lines, lines.iloc[::5]], ignore_index=True)
    return twice.sample(frac=1, random_state=int(rng.integers(1000)))


def _targets(rng, n=8, n_households=6):
    """Households twice with different starts, and one that buys nothing."""
    households = [*rng.permutation(np.arange(1, n_households + 1)), 1, 2, 99][: n + 1]
    return pd.DataFrame(
        {
            "household_id": households,
            "start_date": _days(rng.permutation(np.arange(len(households)) * 2 - 8)),
            "campaign_id": 8,
        },
        index=rng.permutation(np.arange(10, 10 + len(households))),
    )


def _around(ages):
    """A basket a day of one household, of that many days before the start."""
    return pd.DataFrame(
        {
            "household_id": 7,
            "basket_id": np.arange(len(ages)),
            "day": _days(ages),
            "sales_value": 2.0 ** np.arange(len(ages)),
            "coupon_disc": [1.25 if i % 2 else 0.0 for i in range(len(ages))],
        }
    )


def _ends_of_window(rng):
    lookback = int(rng.integers(5, 20))
    ages = [lookback + 1, lookback, 1, 0, -1]
    targets = pd.DataFrame({"household_id": [7, 8], "start_date": [START, START]})
    return [(_around(ages[i:]), targets, lookback) for i in (0, 3)]


def _two_starts(rng):
    """Different starts of a household, and the same start twice in rows that are not neighbours."""
    starts = _days([0, -6, 0, 0])
    tx = _shopping(rng, n_households=2)
    return [(tx, pd.DataFrame({"household_id": [1, 1, 2, 1], "start_date": starts}), 20)]


asof_features = WriteIt(
    reference=reference.asof_features,
    points=4,
    minutes=15,
    level="mid",
    properties=(
        Property(
            "values",
            "what lies in the days before the start, each row with a start of its own",
            lambda rng: [(_shopping(rng), _targets(rng), lookback) for lookback in (20, 9)],
        ),
        Property(
            "ends_of_the_window",
            "the start is the future, the day lookback days before it is the oldest that counts",
            _ends_of_window,
        ),
        Property(
            "own_start_for_each_row",
            "a household has a whole past for each of its campaigns, even if two begin on one day",
            _two_starts,
        ),
        Property(
            "silent_household_kept",
            "who bought nothing has a row",
            lambda rng: [
                (
                    _shopping(rng),
                    pd.DataFrame({"household_id": [77, 78], "start_date": _days([0, 3])}),
                    15,
                )
            ],
        ),
    ),
    misconceptions=(*wrong.PLANTED_LEAKS.values(), wrong.equal_rows_added_up),
)


# ---- kill_asof ------------------------------------------------------------------------------


def _row_by_row(tx, targets, lookback):
    """Right, one row at a time; whole numbers stay whole."""
    rows = []
    for household, start in zip(targets["household_id"], targets["start_date"], strict=True):
        age = (start - tx["day"]).dt.days
        mine = tx[(tx["household_id"] == household) & (age >= 1) & (age <= lookback)]
        rows.append(
            {
                "baskets": mine["basket_id"].nunique(),
                "sales": float(mine["sales_value"].sum()),
                "coupons": int((mine["coupon_disc"] > 0).sum()),
                "recency": (start - mine["day"].max()).days if len(mine) else lookback,
            }
        )
    return pd.DataFrame(rows, index=targets.index)


def _start_by_start(tx, targets, lookback):
    """Right, by a table for each start; columns in another order."""
    parts = []
    for start, rows in targets.groupby("start_date"):
        since = start - pd.Timedelta(days=lookback)
        past = tx[(tx["day"] < start) & (tx["day"] >= since)]
        by = past.groupby("household_id")
        table = pd.DataFrame(
            {
                "sales": by["sales_value"].sum(),
                "recency": (start - by["day"].max()).dt.days,
                "baskets": by["basket_id"].nunique(),
                "coupons": past[past["coupon_disc"] > 0].groupby("household_id").size(),
            }
        ).reindex(rows["household_id"])
        parts.append(table.fillna({"recency": lookback}).fillna(0).set_axis(rows.index))
    return pd.concat(parts).loc[targets.index]


kill_asof = WriteTheTest(
    reference=reference.kill_asof,
    points=3,
    minutes=15,
    level="mid",
    right={
        "reference": reference.asof_features,
        "row_by_row": _row_by_row,
        "start_by_start": _start_by_start,
    },
    mutants=wrong.PLANTED_LEAKS,
    enough=7,
    misconceptions=(
        wrong.accepts_any_features,
        wrong.rejects_any_features,
        wrong.one_household_only,
        wrong.looks_only_at_rows,
        wrong.looks_only_at_the_start,
    ),
)


# ---- positive_proba -------------------------------------------------------------------------


def _customers(rng, labels, n=40, n_features=2):
    """Labels that depend on the features, none of them rare, the first to appear not the first."""
    while True:
        X = rng.normal(0, 1, (n, n_features)).round(2)
        score = X[:, 0] + rng.normal(0, 0.7, n) + 0.8
        cuts = np.quantile(score, np.linspace(0, 1, len(labels) + 1)[1:-1] ** 1.5)
        y = [labels[i] for i in np.searchsorted(cuts, score)]
        if y[0] == max(labels) and len(set(y)) == len(labels):
            return X, y


def _questions(rng, labels, positive, n_new=5):
    X, y = _customers(rng, labels)
    return X, y, rng.normal(0, 1, (n_new, X.shape[1])).round(2), positive


def _single(rng, positive, n_features):
    X, y = _customers(rng, ["buy", "no"], n_features=n_features)
    return X, y, rng.normal(0, 1, n_features).round(2), positive


positive_proba = WriteIt(
    reference=reference.positive_proba,
    points=3,
    minutes=8,
    level="junior",
    agrees=lambda expected, got: close(expected, got, rtol=1e-3, atol=1e-4),
    properties=(
        Property(
            "values",
            "the column of the label that was asked for",
            lambda rng: [
                _questions(rng, ["buy", "no"], "buy"),
                _questions(rng, ["buy", "no"], "no"),
                _questions(rng, ["ignored", "redeemed"], "redeemed"),
                _questions(rng, ["ignored", "redeemed"], "ignored"),
            ],
        ),
        Property(
            "whole_numbers_as_labels",
            "labels may be numbers, and the one that is wanted the smaller",
            lambda rng: (
                [_questions(rng, [0, 1], positive) for positive in (0, 1)]
                + [_questions(rng, [-1, 1], -1)]
            ),
        ),
        Property(
            "single_customer",
            "one customer may come without a second dimension",
            lambda rng: [_single(rng, "buy", 2), _single(rng, "no", 3), _single(rng, "no", 1)],
        ),
        Property(
            "three_labels",
            "of three labels each has a probability of its own, all by one model",
            lambda rng: [
                _questions(rng, ["bought", "ignored", "returned"], label)
                for label in ("bought", "ignored")
            ],
        ),
    ),
    misconceptions=(
        wrong.second_column,
        wrong.all_columns,
        wrong.hard_label,
        wrong.single_customer_fails,
        wrong.customer_turned_into_a_column,
        wrong.in_order_of_appearance,
        wrong.classes_balanced,
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
            "the gradient is the slope of the loss",
            lambda rng: [_point(rng, l2) for l2 in (0.0, 0.1, 1.0, 3.0)],
            _gradient_of_the_loss,
        ),
        Property(
            "stable", "scores in the tens of thousands give a finite and right loss", _far_out
        ),
        Property(
            "more_of_the_same",
            "twice the same customers give the same loss",
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
    ),
)


# ---- lift_at --------------------------------------------------------------------------------


def _ranked(rng, n=47):
    """Redeemers among the high scores and elsewhere; all scores different."""
    p = rng.permutation(np.linspace(0.01, 0.97, n)).round(4)
    y = (rng.random(n) < 0.15 + 0.5 * p).astype(int)
    y[np.argmax(p)] = 1
    y[np.argsort(p)[-2]] = y[np.argmin(p)] = 0
    return y, p


def _equal_scores(rng, n=120):
    """Few different scores; among equals the earlier redeem more often."""
    return (rng.random(n) < np.linspace(0.8, 0.1, n)).astype(int), rng.integers(0, 3, n) / 4


def _one_redeemer(rng, n=30):
    """The likeliest customer redeems, and nobody else."""
    p = rng.permutation(n) / n
    return (p == p.max()).astype(int), p


lift_at = WriteIt(
    reference=reference.lift_at,
    points=3,
    minutes=8,
    level="mid",
    properties=(
        Property(
            "values",
            "the rate in the top against the rate of all",
            lambda rng: [(*_ranked(rng), frac) for frac in (0.1, 0.25, 0.4, 0.65)],
        ),
        Property(
            "scores_need_not_be_probabilities",
            "only the order of the scores counts",
            lambda rng: [(y, np.log(p / (1 - p)) * 50, 0.3) for y, p in [_ranked(rng, 31)]],
        ),
        Property(
            "at_least_one",
            "the top of a short list is one customer, the whole list has lift 1",
            lambda rng: [(*_ranked(rng, 9), 0.02), (*_ranked(rng, 9), 1.0)],
        ),
        Property(
            "ties_in_order",
            "of equal scores the earlier one comes first",
            lambda rng: [(*_equal_scores(rng), frac) for frac in (0.2, 0.45, 0.55, 0.8)],
        ),
        Property(
            "one_redeemed",
            "a single redeemer is enough for a rate",
            lambda rng: [(*_one_redeemer(rng), 0.2)],
        ),
        Property(
            "nobody_redeemed",
            "without a redeemer there is no rate to compare with",
            lambda rng: [(np.zeros(20, dtype=int), rng.random(20).round(3), 0.25)],
        ),
    ),
    misconceptions=(
        wrong.worst_first,
        wrong.rate_in_the_top,
        wrong.share_of_redeemers,
        wrong.compared_with_the_rest,
        wrong.scores_cut_at_a_value,
        wrong.zero_without_redeemers,
        wrong.ties_reversed,
        wrong.top_rounded_up,
        wrong.top_rounded,
    ),
)


# ---- calibration_table ----------------------------------------------------------------------


def _promised(rng, n):
    """Skewed probabilities that promise too little where low and too much where high."""
    p = (rng.random(n) ** 2).round(4)
    return (rng.random(n) < 0.25 + 0.4 * p).astype(int), p


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
            "mean promise and observed rate of runs of equal count",
            lambda rng: [
                (*_promised(rng, 60), 5),
                (*_promised(rng, 44), 7),
                (*_promised(rng, 23), 4),
            ],
        ),
        Property(
            "one_bin",
            "with one bin only the means are compared",
            lambda rng: [(*_promised(rng, 17), 1)],
        ),
        Property(
            "fewer_customers_than_bins",
            "no bin is empty",
            lambda rng: [(*_promised(rng, 4), 7)],
        ),
        Property(
            "ties_in_order",
            "of equal probabilities the earlier customer comes first",
            lambda rng: [(y, p + 0.25, 5) for y, p in [_equal_scores(rng, 91)]],
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


choose_offers = WriteIt(
    reference=reference.choose_offers,
    points=4,
    minutes=12,
    level="senior",
    properties=(
        Property(
            "values",
            "the best expected value first",
            lambda rng: [
                (*_offers(rng), 2.0, 100.0),
                (*_offers(rng), 1.5, 12.0),
                (*_offers(rng), 4.0, 30.0),
            ],
        ),
        Property(
            "nothing_at_a_loss",
            "an offer that does not bring more than it costs is not sent, whatever is left",
            lambda rng: [
                (rng.integers(1, 32, 20) / 32, rng.integers(-4, 8, 20) / 2, 1.0, 500.0),
                (np.full(6, 0.5), np.array([2.0, 4.0, 1.0, 2.0, 8.0, 0.0]), 1.0, 50.0),
            ],
        ),
        Property(
            "budget_in_usd",
            "the budget pays for so many offers, each at its cost",
            lambda rng: [(*_offers(rng, 40), 0.5, budget) for budget in (0.0, 0.25, 3.0, 4.75)],
        ),
        Property(
            "ties_by_number",
            "of equal values the lower number comes first",
            lambda rng: [
                (rng.integers(1, 4, 30) / 4, np.full(30, 8.0), 1.0, 20.0),
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
    baseline=wrong.share_redeemed_before,
    metrics=(
        Metric("average_precision", holdout.average_precision, 2.0),
        Metric("minus_brier_score", holdout.minus_brier, 2.0),
        Metric("minus_calibration_error", holdout.minus_calibration_error, 1.0),
    ),
    # Equally good models differ by some hundredths: 1,653 rows, 290 of them redeemed.
    par=0.85,
    problem=holdout.problem_with_probabilities,
    misconceptions=(
        wrong.share_redeemed_before,
        wrong.base_rate_for_all,
        wrong.yes_or_no,
        wrong.odds_for_probabilities,
        wrong.everybody_balanced,
        wrong.tree_without_limit,
    ),
)
