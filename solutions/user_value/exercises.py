"""The exercises on user value and the profile table, in teaching order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from solutions.user_value import misconceptions as wrong
from solutions.user_value import reference
from utils.exercises import BreakIt, Call, Property, WriteIt, WriteTheTest
from utils.exercises.equality import is_whole

# ---- break it -------------------------------------------------------------------------------


def _problem_with_lines(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 3:
        return "return three values: lines, ids and asof"
    lines, ids, asof = arguments
    if not isinstance(lines, (tuple, list)) or len(lines) > 10:
        return "lines is a list of at most 10 lines"
    for line in lines:
        if not isinstance(line, (tuple, list)) or len(line) != 5:
            return "a line is (household, basket, day, quantity, sales)"
        if not all(map(is_whole, line[:4])) or isinstance(line[4], (bool, str)):
            return "household, basket, day and quantity are whole numbers, sales a number"
        if not (0 <= line[4] < 1e6 and 0 <= line[3] < 1e6):
            return "quantity and sales are 0 or more"
    if not isinstance(ids, (tuple, list)) or not all(map(is_whole, ids)):
        return "ids is a list of whole numbers"
    if len(set(ids)) != len(ids) or not 1 <= len(ids) <= 10:
        return "ids names from 1 to 10 households, each once"
    return "" if is_whole(asof) else "asof is a whole number"


break_profile = BreakIt(
    reference=reference.break_profile,
    points=3,
    minutes=8,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_lines,
    misconceptions=(
        wrong.one_line_that_shows_nothing,
        wrong.households_asked_twice,
        wrong.line_without_all_columns,
        wrong.too_many_lines,
        wrong.lines_alone,
    ),
)


# ---- to_local_day ---------------------------------------------------------------------------


def _stamps(texts, rng=None):
    index = np.arange(len(texts)) if rng is None else rng.permutation(len(texts)) + 10
    return pd.Series(pd.to_datetime(list(texts)), index=index)


def _any_time(rng):
    minutes = rng.integers(0, 365 * 24 * 60, 40)
    stamps = pd.Timestamp("2017-01-01") + pd.to_timedelta(minutes, unit="min")
    return [(pd.Series(stamps, index=rng.permutation(40)),) for _ in range(1)]


def _evenings(rng):
    """Between midnight and four or five UTC the day differs."""
    days = pd.to_datetime(rng.choice(pd.date_range("2017-01-01", "2017-12-31"), 30))
    hours = pd.to_timedelta(rng.integers(0, 6 * 60, 30), unit="min")
    return [(pd.Series(days + hours, index=rng.permutation(30)),)]


to_local_day = WriteIt(
    reference=reference.to_local_day,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "midnight of the local day, with the index of the input",
            lambda rng: [*_any_time(rng), *_evenings(rng)],
        ),
        Property(
            "winter_and_summer",
            "the offset is that of the season",
            lambda rng: [
                (_stamps(["2017-01-10 04:59", "2017-01-10 05:00"], rng),),
                (_stamps(["2017-07-10 03:59", "2017-07-10 04:00"], rng),),
                (_stamps(["2017-03-12 04:30", "2017-03-13 04:30", "2017-11-05 04:30"], rng),),
            ],
        ),
        Property(
            "year_end",
            "the last evening of the year belongs to the old year",
            lambda rng: [(_stamps(["2018-01-01 04:01", "2017-12-31 23:59"], rng),)],
        ),
        Property(
            "missing_stays_missing",
            "a stamp that is missing has no day",
            lambda rng: [(_stamps(["2017-05-01 02:00", None, "2017-05-02 02:00"], rng),)],
        ),
        Property(
            "any_zone",
            "the zone is an argument",
            lambda rng: [(_evenings(rng)[0][0], "Asia/Shanghai"), (_any_time(rng)[0][0], "UTC")],
        ),
    ),
    misconceptions=(
        wrong.utc_day,
        wrong.always_five_hours,
        wrong.always_four_hours,
        wrong.zone_added_not_converted,
        wrong.zone_ignored,
        wrong.index_lost,
        wrong.hour_kept,
    ),
)


# ---- household_profile ----------------------------------------------------------------------

_ASOF = pd.Timestamp("2017-06-01")


def _receipts(rng, n_lines=60, n_households=6, oldest=80):
    """Lines up to some days after the day of the profile; none falls on the day itself."""
    ago = rng.integers(1, oldest, n_lines) * rng.choice([1, 1, 1, 1, -1], n_lines)
    household = rng.integers(1, n_households + 1, n_lines)
    return pd.DataFrame(
        {
            "household_id": household,
            "basket_id": household * 100 + np.abs(ago) // 3,
            "day": _ASOF - pd.to_timedelta(ago, unit="D"),
            "sales_value": (rng.integers(50, 3000, n_lines) / 100),
        }
    )


def _on_the_day(rng):
    tx = _receipts(rng)
    tx.loc[rng.permutation(60)[:15], "day"] = _ASOF
    return [(tx, [1, 2, 3, 4, 5, 6], _ASOF, 56)]


def _quiet_days_before(rng):
    """Nobody bought anything in the days just before the profile."""
    tx = _receipts(rng)
    return [(tx[(tx["day"] < _ASOF - pd.Timedelta(days=5))], [6, 5, 4, 3, 2, 1], _ASOF, 56)]


def _silent(rng):
    tx = _receipts(rng)
    return [(tx[tx["household_id"] != 3], [3, 1, 9], _ASOF, 56), (tx, [77], _ASOF, 56)]


household_profile = WriteIt(
    reference=reference.household_profile,
    points=3,
    minutes=10,
    level="junior",
    properties=(
        Property(
            "values",
            "baskets, sales and days, a row for each of ids in their order",
            lambda rng: [(_receipts(rng), rng.permutation(6) + 1, _ASOF, 56) for _ in range(3)],
        ),
        Property("asof_is_strict", "the day itself has not happened yet", _on_the_day),
        Property(
            "recency_from_asof", "days are counted to the day of the profile", _quiet_days_before
        ),
        Property(
            "silent_households", "whoever bought nothing has a row of 0, 0 and window", _silent
        ),
        Property(
            "window",
            "only the last days of the window count",
            lambda rng: [(_receipts(rng), [1, 2, 3, 4, 5, 6], _ASOF, window) for window in (7, 28)],
        ),
    ),
    misconceptions=(
        wrong.day_itself_counts,
        wrong.lines_counted,
        wrong.days_from_the_last_purchase,
        wrong.silent_dropped,
        wrong.silent_left_missing,
        wrong.all_of_the_past,
        wrong.sorted_by_household,
    ),
)


# ---- leak_audit -----------------------------------------------------------------------------


def _log(rng, n=40):
    start = pd.Timestamp("2017-03-01")
    features = np.array(["visits", "spend", "age", "coupons", "basket"])
    feature = rng.choice(features, n)
    offset = rng.integers(1, 60 * 24, n)
    leaking = np.isin(feature, rng.permutation(features)[:2]) & (rng.random(n) < 0.4)
    times = start + pd.to_timedelta(np.where(leaking, offset, -offset), unit="h")
    return pd.DataFrame({"feature": feature, "source_time": times}), start


def _at_the_start(rng):
    log, start = _log(rng)
    noon = pd.Timedelta(hours=12)
    edge = pd.DataFrame(
        {"feature": ["edge", "just"], "source_time": [start, start - pd.Timedelta("1s")]}
    )
    log = pd.concat([log, edge], ignore_index=True)
    return [(log, start), (log.assign(source_time=log["source_time"] + noon), start + noon)]


def _one_of_many(rng):
    log, start = _log(rng, 200)
    log["source_time"] = start - pd.to_timedelta(rng.integers(1, 24, 200), unit="h")
    log.loc[rng.integers(200), "source_time"] = start + pd.Timedelta(hours=1)
    return [(log, start)]


def _without_time(rng):
    log, start = _log(rng)
    log.loc[rng.permutation(len(log))[:10], "source_time"] = pd.NaT
    return [(log, start), (log.assign(source_time=pd.NaT), start)]


leak_audit = WriteIt(
    reference=reference.leak_audit,
    points=2,
    minutes=5,
    level="junior",
    properties=(
        Property(
            "one_late_record_is_enough",
            "a feature leaks by its latest record",
            lambda rng: [*(_log(rng) for _ in range(4)), *_one_of_many(rng)],
        ),
        Property("start_is_late", "the moment of the start belongs to the label", _at_the_start),
        Property("missing_times", "a record without a time proves nothing", _without_time),
        Property(
            "nothing_leaks",
            "all in the past, or an empty log",
            lambda rng: [
                (_log(rng)[0], pd.Timestamp("2030-01-01")),
                (_log(rng)[0].iloc[:0], pd.Timestamp("2017-03-01")),
            ],
        ),
    ),
    misconceptions=(
        wrong.first_record_decides,
        wrong.average_record_decides,
        wrong.start_itself_allowed,
        wrong.features_repeated,
        wrong.not_sorted,
        wrong.clean_ones_listed,
    ),
)


# ---- share_of_wallet ------------------------------------------------------------------------


def _wallets(rng, n_lines=40, missing=0.0):
    department = rng.choice(["FUEL", "GROCERY", "MEAT", "PRODUCE"], n_lines).astype(object)
    department[rng.random(n_lines) < missing] = None
    return pd.DataFrame(
        {
            "household_id": rng.integers(1, 6, n_lines),
            "sales_value": rng.integers(50, 3000, n_lines) / 100,
            "quantity": np.where(department == "FUEL", 9000, rng.integers(1, 5, n_lines)),
            "department": department,
        }
    )


def _free(rng):
    tx = _wallets(rng)
    tx.loc[tx["household_id"] == 2, "sales_value"] = 0.0
    return [(tx, [1, 2, 3], "department"), (tx, [44, 5], "department")]


def _rare_brands(rng):
    """One brand only a household bought that is not asked for; one cost nothing."""
    tx = _wallets(rng).rename(columns={"department": "brand"})
    rare = pd.DataFrame(
        {
            "household_id": [9, 1],
            "sales_value": [5.0, 0.0],
            "quantity": [1, 1],
            "brand": ["ZEST", "BAGS"],
        }
    )
    return [(pd.concat([tx, rare], ignore_index=True), [1, 2, 3], "brand")]


share_of_wallet = WriteIt(
    reference=reference.share_of_wallet,
    points=2,
    minutes=8,
    level="junior",
    properties=(
        Property(
            "values",
            "shares of sales, a row for each of ids in their order",
            lambda rng: [(_wallets(rng), [5, 1, 3, 2, 4], "department") for _ in range(3)],
        ),
        Property(
            "unknown_is_a_value",
            "a missing value is UNKNOWN, not nothing",
            lambda rng: [(_wallets(rng, missing=0.3), [1, 2, 3, 4, 5], "department")],
        ),
        Property("nothing_spent", "whoever spent nothing has shares of 0, not NaN", _free),
        Property(
            "every_value_a_column",
            "tables of different households have the same columns, whatever the level",
            _rare_brands,
        ),
        Property(
            "rows_sum_to_one",
            "a household's shares are all of its money",
            lambda rng: [(_wallets(rng, 80, 0.1), [1, 2, 3, 4, 5], "department")],
            lambda call: bool(
                np.allclose(call.value.sum(axis=1), 1) and (call.value.to_numpy() >= 0).all()
            ),
        ),
    ),
    misconceptions=(
        wrong.shares_of_quantity,
        wrong.shares_of_lines,
        wrong.unknown_dropped,
        wrong.not_divided,
        wrong.shares_of_the_column,
        wrong.nan_for_no_spending,
        wrong.columns_of_the_asked_only,
    ),
)


# ---- rfm_scores -----------------------------------------------------------------------------


def _profiles(rng, n=37, silent=0):
    profile = pd.DataFrame(
        {
            "recency": rng.permutation(n) + 1,
            "frequency": rng.permutation(n) ** 2 + 1,
            "monetary": np.sort(rng.lognormal(4, 1.5, n))[rng.permutation(n)],
        },
        index=rng.permutation(n) + 500,
    )
    profile.iloc[:silent] = [56, 0, 0.0]
    return profile


def _equal_scores(call: Call) -> bool:
    profile, scores = call.args[0], call.value
    pairs = (("R", "recency"), ("F", "frequency"), ("M", "monetary"))
    same = all((scores[s].groupby(profile[v].to_numpy()).nunique() == 1).all() for s, v in pairs)
    return same and all(scores[s].nunique() > 2 for s, _ in pairs)


rfm_scores = WriteIt(
    reference=reference.rfm_scores,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "the share of strictly worse households, in q steps, with the index of the input",
            lambda rng: [(_profiles(rng), 5), (_profiles(rng, 52), 5), (_profiles(rng, 41), 4)],
        ),
        Property(
            "equal_values_equal_scores",
            "where a household stands in the table does not matter",
            lambda rng: [(_profiles(rng, 40, 12), 5)],
            _equal_scores,
        ),
        Property(
            "many_silent",
            "half of all households may have bought nothing",
            lambda rng: [(_profiles(rng, 40, 22), 5), (_profiles(rng, 12, 11), 5)],
        ),
        Property(
            "few_households",
            "there may be fewer households than scores",
            lambda rng: [(_profiles(rng, 3), 5), (_profiles(rng, 1), 5)],
        ),
    ),
    misconceptions=tuple(wrong.PLANTED_RFM.values()),
)


# ---- kill_rfm -------------------------------------------------------------------------------


def _by_counting(profile, q=5):
    """Right, by comparing every two households."""
    scores = {}
    for name, column, sign in (("R", "recency", -1), ("F", "frequency", 1), ("M", "monetary", 1)):
        values = sign * profile[column].to_numpy()
        worse = (values[:, None] > values[None, :]).sum(axis=1)
        scores[name] = np.minimum(q, 1 + q * worse // len(values))
    return pd.DataFrame(scores, index=profile.index)


def _by_searching(profile, q=5):
    """Right, by places in the sorted values."""
    table = pd.DataFrame(index=profile.index)
    for name, values in (
        ("R", -profile["recency"]),
        ("F", profile["frequency"]),
        ("M", profile["monetary"]),
    ):
        worse = np.searchsorted(np.sort(values.to_numpy()), values.to_numpy(), side="left")
        table[name] = np.clip(1 + (q * worse) // len(values), 1, q).astype(np.int8)
    return table


kill_rfm = WriteTheTest(
    reference=reference.kill_rfm,
    points=3,
    minutes=10,
    level="mid",
    right={
        "reference": reference.rfm_scores,
        "counting": _by_counting,
        "searching": _by_searching,
    },
    mutants=wrong.PLANTED_RFM,
    enough=6,
    misconceptions=(
        wrong.accepts_all,
        wrong.rejects_all,
        wrong.tries_no_ties,
        wrong.looks_only_at_the_range,
        wrong.looks_only_at_recency,
    ),
)


# ---- coverage_by_value ----------------------------------------------------------------------


def _known_households(rng, n=43):
    """Big spenders have demographics more often; some are listed with False, some not at all.

    Some who are listed are not asked for.
    """
    names = rng.permutation(n) + 900
    monetary = pd.Series(np.sort(rng.lognormal(4, 1, n)), index=names)
    has = rng.random(n) < np.linspace(0.1, 0.9, n)
    listed = rng.random(n) < 0.8
    listed[-3:] = True
    demo = pd.Series([*has[listed], *[True] * 9], index=[*names[listed], *range(1, 10)])
    order = rng.permutation(len(demo))
    return monetary.iloc[rng.permutation(n)], demo.iloc[order]


def _many_silent(rng):
    monetary, demo = _known_households(rng)
    monetary.iloc[:30] = 0.0
    return [(monetary, demo, 5)]


coverage_by_value = WriteIt(
    reference=reference.coverage_by_value,
    points=3,
    minutes=8,
    level="mid",
    properties=(
        Property(
            "values",
            "the share of all households of each class, joined by name",
            lambda rng: [
                (*_known_households(rng), 5),
                (*_known_households(rng, 60), 4),
                _known_households(rng),
            ],
        ),
        Property("empty_class_is_nan", "of nobody nothing can be said", _many_silent),
        Property(
            "nobody_known",
            "without any demographics every share is 0",
            lambda rng: [(_known_households(rng)[0], pd.Series(False, index=[901, 902]), 5)],
        ),
    ),
    misconceptions=(
        wrong.only_those_with_demographics,
        wrong.share_of_those_known,
        wrong.best_class_first,
        wrong.joined_by_position,
        wrong.whoever_is_listed_has_it,
    ),
)
