"""The exercises on user value and the profile table, in teaching order."""

from __future__ import annotations

import numpy as np
import pandas as pd

from solutions.user_value import misconceptions as wrong
from solutions.user_value import reference
from utils.exercises import BreakIt, Call, Property, WriteIt, WriteTheTest
from utils.exercises.equality import is_number, is_whole

# ---- break it -------------------------------------------------------------------------------


def _problem_with_lines(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 3:
        return "return three values: lines, ids and asof"
    lines, ids, asof = arguments
    if not isinstance(lines, (tuple, list)):
        return "lines is a list"
    if len(lines) > 10:
        return "lines has at most 10 lines"
    for line in lines:
        if not isinstance(line, (tuple, list)) or len(line) != 5:
            return "a line is (household, basket, day, quantity, sales)"
        if not all(map(is_whole, line[:4])) or not is_number(line[4]):
            return "household, basket, day and quantity are whole numbers, sales a number"
        if not (0 <= line[3] <= 1e6 and 0 <= line[4] <= 1e6):
            return "quantity and sales are from 0 to 1,000,000"
    if not isinstance(ids, (tuple, list)) or not all(map(is_whole, ids)):
        return "ids is a list of whole numbers"
    if len(set(ids)) != len(ids):
        return "ids names each household once"
    if not 1 <= len(ids) <= 10:
        return "ids names from 1 to 10 households"
    return "" if is_whole(asof) else "asof is a whole number"


break_profile = BreakIt(
    reference=reference.break_profile,
    points=3,
    minutes=10,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED,
    problem=_problem_with_lines,
    misconceptions=(
        wrong.one_line_that_shows_nothing,
        wrong.households_asked_twice,
        wrong.line_without_all_columns,
        wrong.too_many_lines,
        wrong.not_three_values,
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
            "each stamp gives midnight of its local day, with the index of the input",
            lambda rng: [
                *_any_time(rng),
                *_evenings(rng),
                # Numbers of days before 1970 are negative; counted in another unit.
                (_stamps(["1969-12-30 12:00", "1969-12-31 02:00"], rng).astype("datetime64[ns]"),),
            ],
        ),
        Property(
            "winter_and_summer",
            "winter and summer days have the time zone's offset of that season",
            lambda rng: [
                # Less than a second before the day begins.
                (_stamps(["2017-01-10 04:59:59.700", "2017-01-10 05:00:00.000"], rng),),
                (_stamps(["2017-07-10 03:59", "2017-07-10 04:00"], rng),),
                (_stamps(["2017-03-12 04:30", "2017-03-13 04:30", "2017-11-05 04:30"], rng),),
                # A year before, summer began on the 13th.
                (_stamps(["2016-03-12 04:30", "2016-03-13 12:00"], rng),),
            ],
        ),
        Property(
            "year_end",
            "the last evening of a year, local time, belongs to the old year",
            lambda rng: [(_stamps(["2018-01-01 04:01", "2017-12-31 23:59"], rng),)],
        ),
        Property(
            "missing_stays_missing",
            "NaT in gives NaT out, in its place",
            lambda rng: [
                (_stamps(["2017-05-01 02:00", None, "2017-05-02 02:00"], rng),),
                # Labels that come twice.
                (
                    _stamps([None, "2017-11-02 02:00", "2017-12-02 12:00", None]).set_axis(
                        [7, 7, 8, 8]
                    ),
                ),
            ],
        ),
        Property(
            "any_zone",
            "the day is that of the zone given as an argument",
            lambda rng: [
                (_evenings(rng)[0][0], "Asia/Shanghai"),
                # The clock changed in the morning of the 26th: late in the evening it is the 27th.
                (_stamps(["2017-03-26 23:30", "2017-03-25 23:30"], rng), "Europe/London"),
                # Five hours and a half: in the evening it is the next day from 18:30 on.
                (_stamps(["2017-03-01 18:45", "2017-03-02 18:15"], rng), "Asia/Kolkata"),
                # Here the clocks went from midnight to one o'clock: the 15th had no midnight.
                (_stamps(["2017-10-15 12:00", "2017-10-15 02:30"], rng), "America/Sao_Paulo"),
            ],
        ),
    ),
    misconceptions=(
        wrong.utc_day,
        wrong.always_five_hours,
        wrong.always_four_hours,
        wrong.zone_added_not_converted,
        wrong.zone_ignored,
        wrong.midnight_before_the_zone,
        wrong.index_lost,
        wrong.missing_dropped,
        wrong.hour_kept,
        wrong.one_offset_for_all,
        wrong.clock_change_missed,
    ),
)


# ---- household_profile ----------------------------------------------------------------------

_ASOF = pd.Timestamp("2017-06-01")


def _receipts(rng, n_lines=60, n_households=6, oldest=80):
    """Lines up to some days after the day of the profile; none falls on the day itself."""
    ago = rng.integers(0, oldest // 4, n_lines) * 4 + rng.integers(1, 3)
    ago = ago * rng.choice([1, 1, 1, 1, -1], n_lines)
    household = rng.integers(1, n_households + 1, n_lines)
    return pd.DataFrame(
        {
            "household_id": household,
            # Up to two baskets on one day.
            "basket_id": household * 1000 + np.abs(ago) * 2 + rng.integers(0, 2, n_lines),
            "day": _ASOF - pd.to_timedelta(ago, unit="D"),
            "sales_value": (rng.integers(50, 3000, n_lines) / 100),
        }
    )


def _free_and_twice(rng):
    """Each thing was bought twice at once, and one household paid nothing for what it took.

    Baskets of another one were rung up on two days. Lines of any age bear the same label.
    """
    tx = _receipts(rng)
    paid = tx.assign(sales_value=tx["sales_value"].mask(tx["household_id"] == 2, 0.0))
    again = paid["day"].mask(paid["household_id"] == 1, paid["day"] - pd.Timedelta(days=1))
    both = pd.concat([paid, paid.assign(day=again)])
    return both.set_axis(rng.permutation(120) // 8)


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
    # Household 5 buys for the first time on the day of the profile.
    first = pd.DataFrame(
        {
            "household_id": [5, 4],
            "basket_id": [8, 7],
            "day": _ASOF - pd.to_timedelta([0, int(rng.integers(1, 30))], unit="D"),
            "sales_value": rng.integers(50, 3000, 2) / 100,
        }
    )
    return [
        (tx[tx["household_id"] != 3], [3, 1, 9], _ASOF, 56),
        (tx, [77], _ASOF, 56),
        (first, [5, 4], _ASOF, 56),
    ]


def _first_days(rng):
    """Households that bought on the first day of the window, or only on the day before it."""
    calls = []
    # Thirty days are not whole weeks.
    for window in (7, 30, 56):
        tx = _receipts(rng, oldest=window)
        # One of them came again.
        first = np.array([window, window, window + 1, window + 1, 3])
        edge = pd.DataFrame(
            {
                "household_id": [11, 12, 13, 14, 11],
                "basket_id": [1, 2, 3, 4, 5],
                "day": _ASOF - pd.to_timedelta(first, unit="D"),
                "sales_value": rng.integers(50, 3000, 5) / 100,
            }
        )
        both = pd.concat([tx, edge], ignore_index=True)
        calls.append((both, [14, 13, *range(1, 7), 12, 11], _ASOF, window))
    return calls


household_profile = WriteIt(
    reference=reference.household_profile,
    points=3,
    minutes=10,
    level="junior",
    properties=(
        Property(
            "values",
            "baskets, sales and days are counted as stated, one row for each of ids in their order",
            lambda rng: [
                (tx, rng.permutation(6) + 1, _ASOF, 56)
                for tx in (_receipts(rng), _free_and_twice(rng))
            ],
        ),
        Property("asof_is_strict", "purchases of the day asof do not count", _on_the_day),
        Property(
            "recency_from_asof",
            "the days since the last purchase are counted to asof",
            _quiet_days_before,
        ),
        Property(
            "silent_households",
            "a household without a purchase has a row of 0, 0 and window",
            _silent,
        ),
        Property(
            "window",
            "the days from asof - window to the day before asof count, and no others",
            lambda rng: [
                *_first_days(rng),
                *((_receipts(rng), [1, 2, 3, 4, 5, 6], _ASOF, window) for window in (7, 28)),
            ],
        ),
        Property(
            "default_window",
            "without a window the table looks 56 days back",
            lambda rng: [(_receipts(rng), [4, 2, 6, 1], _ASOF)],
        ),
    ),
    misconceptions=(
        wrong.day_itself_counts,
        wrong.lines_counted,
        wrong.days_to_the_last_day_in_the_data,
        wrong.days_to_the_last_known_day,
        wrong.silent_dropped,
        wrong.silent_left_missing,
        wrong.silent_recency_zero,
        wrong.silent_since_their_last_purchase,
        wrong.all_of_the_past,
        wrong.first_day_left_out,
        wrong.always_eight_weeks,
        wrong.days_counted,
        wrong.one_line_of_each_basket,
        wrong.mean_line_for_money,
        wrong.days_since_the_first_purchase,
        wrong.sorted_by_household,
    ),
)


# ---- leak_audit -----------------------------------------------------------------------------


def _log(rng, n=40):
    start = pd.Timestamp("2017-03-01")
    features = np.array(["visits", "spend", "age", "recency_28", "recency_56"])
    feature = rng.choice(features, n)
    offset = rng.integers(1, 60 * 24, n)
    leaking = np.isin(feature, rng.permutation(features)[:2]) & (rng.random(n) < 0.4)
    times = start + pd.to_timedelta(np.where(leaking, offset, -offset), unit="h")
    return pd.DataFrame({"feature": feature, "source_time": times}), start


def _at_the_start(rng):
    """Records of the very moment and of the second before it; at midnight, and at noon."""
    calls = []
    for hours, names in ((0, ["edge", "just"]), (12, ["just", "noon"])):
        log, start = _log(rng)
        shift = pd.Timedelta(hours=hours)
        log["source_time"] += shift
        start += shift
        edge = pd.DataFrame(
            {"feature": names, "source_time": [start, start - pd.Timedelta(seconds=1)]}
        )
        calls.append((pd.concat([log, edge], ignore_index=True), start))
    # Midnights alone, which are written without a time; in another unit than the start's.
    days = pd.to_datetime(["2017-03-01", "2017-02-28"]).astype("datetime64[ns]")
    midnights = pd.DataFrame({"feature": ["late", "early"], "source_time": days}, [1, 0])
    # Parts of a second before it.
    parts = pd.to_datetime(["2017-03-01 00:00:00.000", "2017-02-28 23:59:59.700"])
    nearly = pd.DataFrame({"feature": ["late", "early"], "source_time": parts}, [1, 0])
    return [*calls, *((each, pd.Timestamp("2017-03-01")) for each in (midnights, nearly))]


def _read_by_two(rng):
    """One late record went into two features."""
    start = pd.Timestamp("2017-03-01")
    times = start + pd.to_timedelta([-1, 2, 2], unit="D")
    log = pd.DataFrame({"feature": ["age", "spend", "visits"], "source_time": times})
    return [(log.iloc[rng.permutation(3)], start)]


def _one_of_many(rng):
    log, start = _log(rng, 200)
    log["source_time"] = start - pd.to_timedelta(rng.integers(1, 24, 200), unit="h")
    log.loc[rng.integers(200), "source_time"] = start + pd.Timedelta(hours=1)
    return [(log, start)]


def _rows_as_they_come(rng):
    log, start = _log(rng)
    return log.iloc[rng.permutation(40)], start


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
            "one late record is enough to name a feature",
            lambda rng: [
                *(_log(rng) for _ in range(3)),
                *(_rows_as_they_come(rng) for _ in range(2)),
                *_one_of_many(rng),
                *_read_by_two(rng),
            ],
        ),
        Property("start_is_late", "a record from exactly label_start is late", _at_the_start),
        Property("missing_times", "records without a time are not counted", _without_time),
        Property(
            "nothing_leaks",
            "a log without late records gives an empty list, an empty log too",
            lambda rng: [
                (_log(rng)[0], pd.Timestamp("2030-01-01")),
                (_log(rng)[0].iloc[:0], pd.Timestamp("2017-03-01")),
            ],
            stands="The right list is empty in both calls: that is the edge.",
        ),
    ),
    misconceptions=(
        wrong.first_record_decides,
        wrong.average_record_decides,
        wrong.most_records_decide,
        wrong.last_row_decides,
        wrong.missing_times_are_late,
        wrong.missing_times_hide_the_late,
        wrong.days_compared,
        wrong.start_itself_allowed,
        wrong.features_repeated,
        wrong.not_sorted,
        wrong.clean_ones_listed,
    ),
)


# ---- population_asof ------------------------------------------------------------------------


def _records(rng, n=90, n_households=24, late=0.3, ahead=0.1):
    """Purchases around the day: some arrive days later, some were ordered before they happen.

    Every third household has only old purchases, every fourth is seen late.
    """
    household = rng.integers(1, n_households + 1, n)
    ago = rng.integers(1, 50, n)
    ago = np.where(household % 3 == 0, rng.integers(40, 120, n), ago)
    ago = np.where(household % 4 == 0, rng.integers(-30, 8, n), ago)
    ago = np.where(ago == 0, 1, ago)
    lag = np.where(rng.random(n) < late, rng.integers(1, 60, n), 0)
    lag = np.where(rng.random(n) < ahead, -rng.integers(1, 60, n), lag)
    day = _ASOF - pd.to_timedelta(ago, unit="D")
    known = day + pd.to_timedelta(lag, unit="D") + pd.to_timedelta(rng.integers(0, 24, n), unit="h")
    table = pd.DataFrame({"household_id": household, "day": day, "known": known})
    return table.set_index(rng.permutation(n))


def _few(rng, **how):
    """As many records as somebody can check by hand."""
    return _records(rng, 8, 5, **how), _ASOF, 30


def _at_midnight(rng):
    """Records of the very midnight, and of the first and the last day of the window."""
    tx = _records(rng, late=0.0, ahead=0.0)
    tx = tx[tx["household_id"] % 4 > 0]
    day = pd.Timedelta(days=1)
    edge = pd.DataFrame(
        {
            "household_id": [101, 102, 103, 104, 105, 106, 107, 107, 108, 108],
            "day": [
                *(_ASOF, _ASOF - 30 * day, _ASOF - 31 * day, _ASOF - day, _ASOF - day),
                # Ordered in advance for the day itself.
                *(_ASOF, _ASOF - 60 * day, _ASOF),
                # One had happened, the other one was known.
                *(_ASOF - 3 * day, _ASOF + 2 * day),
            ],
            "known": [
                _ASOF,
                _ASOF - 30 * day,
                _ASOF - 31 * day,
                _ASOF,
                _ASOF - pd.Timedelta(seconds=1),
                *(_ASOF - 2 * day, _ASOF - 60 * day, _ASOF - day),
                *(_ASOF + day, _ASOF - day),
            ],
        }
    )
    both = pd.concat([tx, edge], ignore_index=True)
    # Without a window: 56 days.
    default = pd.DataFrame(
        {"household_id": [201, 202], "day": [_ASOF - 56 * day, _ASOF - 57 * day]}
    )
    rest = pd.concat([tx, default.assign(known=default["day"])], ignore_index=True)
    return [
        (both, _ASOF, 30),
        (both.iloc[rng.permutation(len(both))], _ASOF, 31),
        (rest, _ASOF),
        (edge, _ASOF, 30),
        (default.assign(known=default["day"]), _ASOF),
        (default.assign(known=default["day"]), _ASOF, 57),
    ]


def _never_arrived(rng):
    tx = _records(rng)
    tx.loc[rng.permutation(90)[:25], "known"] = pd.NaT
    # Nobody knew these two yet.
    tx.loc[tx["household_id"].isin([5, 7]), "known"] = pd.NaT
    few, *rest = _few(rng)
    few.iloc[:4, few.columns.get_loc("known")] = pd.NaT
    return [(tx, _ASOF, 28), (tx.iloc[::-1], _ASOF), (few, *rest)]


population_asof = WriteIt(
    reference=reference.population_asof,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "who_was_known",
            "only records that had happened and had arrived before asof count",
            lambda rng: [
                *((_records(rng), _ASOF, window) for window in (28, 28, 56)),
                _few(rng),
            ],
        ),
        Property(
            "first_seen_later",
            "a household that nobody knew before asof is not in the population",
            lambda rng: [
                *((_records(rng, late=0.0, ahead=0.0), _ASOF, 30) for _ in range(2)),
                _few(rng, late=0.0, ahead=0.0),
            ],
        ),
        Property(
            "late_records",
            "a record that arrived on asof or later changes nothing",
            lambda rng: [
                *((_records(rng, late=0.8, ahead=0.0), _ASOF, 30) for _ in range(2)),
                _few(rng, late=0.8, ahead=0.0),
            ],
        ),
        Property(
            "orders_in_advance",
            "a purchase that has not happened yet changes nothing, although it is known",
            lambda rng: [
                *((_records(rng, late=0.0, ahead=0.8), _ASOF, 30) for _ in range(2)),
                _few(rng, late=0.0, ahead=0.8),
            ],
        ),
        Property(
            "edges_of_the_window",
            "asof is outside the window, and asof less window days is inside",
            _at_midnight,
        ),
        Property("never_arrived", "a record with known NaT does not count", _never_arrived),
        Property(
            "nobody_yet",
            "before the first record the population is empty",
            lambda rng: [(_records(rng, 8, 5), pd.Timestamp("2016-01-01"), 30)],
            lambda call: isinstance(call.value, pd.Series) and call.value.empty,
        ),
    ),
    misconceptions=(
        wrong.everybody_in_the_data,
        wrong.later_households_silent,
        wrong.arrivals_of_the_midnight_counted,
        wrong.late_records_counted,
        wrong.orders_in_advance_counted,
        wrong.late_records_wake,
        wrong.the_day_counts,
        wrong.only_active_listed,
        wrong.window_of_arrival,
        wrong.window_a_day_short,
        wrong.never_arrived_counted,
        wrong.last_row_counted,
        wrong.households_as_they_come,
        wrong.true_for_active,
    ),
)


# ---- point_in_time_join ---------------------------------------------------------------------


def _decisions(rng, n=14, n_households=5):
    hours = rng.choice(24 * 300, n, replace=False)
    return pd.DataFrame(
        {
            "household_id": rng.integers(1, n_households + 1, n),
            "time": pd.Timestamp("2017-01-20") + pd.to_timedelta(hours, unit="h"),
        },
        index=rng.permutation(n) + 70,
    )


def _facts(rng, n=45, n_households=4, late=0.4, corrected=0.3):
    """States of households: some arrive weeks later, some are corrected later still."""
    start = pd.Timestamp("2017-01-01")
    holds = start + pd.to_timedelta(rng.choice(300, n, replace=False), unit="D")
    lag = np.where(rng.random(n) < late, rng.integers(20, 70, n), 0)
    table = pd.DataFrame(
        {
            "household_id": rng.integers(1, n_households + 1, n),
            "holds_from": holds,
            "known_at": holds + pd.to_timedelta(lag, unit="D") + pd.Timedelta(hours=5),
            "value": rng.permutation(n) + 0.5,
        }
    )
    again = table[rng.random(n) < corrected].copy()
    again["known_at"] += pd.to_timedelta(rng.integers(10, 60, len(again)), unit="D")
    again["value"] += 100
    table = pd.concat([table, again], ignore_index=True)
    return table.iloc[rng.permutation(len(table))]


def _arrived_together(rng):
    """Two states of a household that were known at the same moment."""
    day = pd.Timestamp("2017-06-01")
    log = pd.DataFrame(
        {
            "household_id": [1, 1],
            "holds_from": [day, day + pd.Timedelta(days=9)],
            "known_at": day + pd.Timedelta(days=10),
            "value": rng.permutation(2) + 0.5,
        }
    )
    decisions = pd.DataFrame({"household_id": [1], "time": [day + pd.Timedelta(days=19)]})
    return decisions, log.iloc[rng.permutation(2)], 90


def _of_the_same_morning(rng):
    """A state of the same day, and one that was learned of after a later one was announced."""
    start = pd.Timestamp("2017-06-01")
    hours = pd.DataFrame({"holds_from": [-120, 8, 0, 1440], "known_at": [-120, 9, 960, 720]})
    log = hours.apply(lambda column: start + pd.to_timedelta(column, unit="h"))
    log = log.assign(household_id=[1, 1, 2, 2], value=rng.permutation(4) + 0.5)
    times = start + pd.to_timedelta([10, 1200], unit="h")
    decisions = pd.DataFrame({"household_id": [1, 2], "time": times})
    return decisions, log.iloc[rng.permutation(4)], 90


def _few_decisions(rng):
    return _decisions(rng, 5, 2)


def _announced(rng, n=45, n_households=4):
    """Half of the records were known some weeks before they held."""
    log = _facts(rng, n, n_households, late=0.2, corrected=0.0)
    ahead = np.where(rng.random(len(log)) < 0.5, rng.integers(5, 60, len(log)), 0)
    return log.assign(known_at=log["known_at"] - pd.to_timedelta(ahead, unit="D"))


def _as_it_happens(rng, n=45):
    """Decisions at the very times of the records."""
    log = _facts(rng, n, late=0.0, corrected=0.0)
    chosen = log.iloc[:12]
    times = np.where(np.arange(len(chosen)) % 2, chosen["known_at"], chosen["holds_from"])
    decisions = pd.DataFrame({"household_id": chosen["household_id"].to_numpy(), "time": times})
    return [(decisions, log, 300)]


def _corrected_first(rng, n=45, n_households=4):
    """Most records are corrected, and the row that was known last comes first."""
    log = _facts(rng, n, n_households, late=0.0, corrected=0.9)
    return log.sort_values("known_at", ascending=False)


def _withdrawn(rng):
    cases = []
    for n, n_households, decisions in (
        (45, 4, _decisions),
        (45, 4, _decisions),
        (7, 2, _few_decisions),
    ):
        log = _facts(rng, n, n_households)
        log["value"] = log["value"].mask(rng.random(len(log)) < 0.4)
        cases.append((decisions(rng), log, 300))
    return [*cases, _nothing_left(rng)]


def _nothing_left(rng):
    """A household has 0 points, and another one's were withdrawn."""
    day = pd.Timestamp("2017-06-01")
    known = day + pd.Timedelta(hours=5)
    log = pd.DataFrame(
        {"household_id": [1, 2], "holds_from": day, "known_at": known, "value": [0.0, np.nan]}
    )
    decisions = pd.DataFrame(
        {"household_id": rng.permutation([1, 2]), "time": day + pd.Timedelta(days=9)}
    )
    return decisions, log, 90


def _from_that_moment(rng, n=45):
    """Decisions at the times from which announced values hold."""
    log = _facts(rng, n, late=0.0, corrected=0.0)
    log = log.assign(known_at=log["holds_from"] - pd.Timedelta(days=3))
    chosen = log.iloc[:12]
    household, times = chosen["household_id"].to_numpy(), chosen["holds_from"].to_numpy()
    return [(pd.DataFrame({"household_id": household, "time": times}), log, 300)]


def _oldest_allowed(rng, *max_age):
    """Values of exactly the greatest age, and older by an hour; without one it is 90 days."""
    log = _facts(rng, late=0.0, corrected=0.0).drop_duplicates("household_id", keep="first")
    hour = pd.Timedelta(hours=1)
    exactly = log["holds_from"] + pd.Timedelta(days=max_age[0] if max_age else 90)
    decisions = pd.DataFrame(
        {
            "household_id": np.tile(log["household_id"], 2),
            "time": [*exactly, *(exactly + hour)],
        }
    )
    return [(decisions, log, *max_age)]


point_in_time_join = WriteIt(
    reference=reference.point_in_time_join,
    points=3,
    minutes=18,
    level="mid",
    properties=(
        Property(
            "what_could_be_read",
            "each decision reads the state that holds from the latest time, of those known before",
            lambda rng: [
                (_decisions(rng), _facts(rng), 90),
                (_few_decisions(rng), _facts(rng, 8, 2), 90),
                _arrived_together(rng),
                _of_the_same_morning(rng),
            ],
        ),
        Property(
            "late_records",
            "a record that arrives late does not replace a newer state",
            lambda rng: [
                (_decisions(rng), _facts(rng, late=0.8, corrected=0.0), 300),
                (_few_decisions(rng), _facts(rng, 8, 2, late=0.8, corrected=0.0), 300),
            ],
        ),
        Property(
            "corrections",
            "a correction is read from the time at which it was known",
            lambda rng: [
                (_decisions(rng), _corrected_first(rng), 300),
                (_few_decisions(rng), _corrected_first(rng, 6, 2), 300),
            ],
        ),
        Property(
            "announcements",
            "a value that was announced is not read before it holds",
            lambda rng: [
                (_decisions(rng), _announced(rng), 60),
                (_few_decisions(rng), _announced(rng, 8, 2), 60),
            ],
        ),
        Property(
            "before_is_strict",
            "a record of the very moment is not read",
            lambda rng: [
                *_as_it_happens(rng),
                *_from_that_moment(rng),
                *_as_it_happens(rng, 6),
                *_from_that_moment(rng, 6),
            ],
        ),
        Property(
            "max_age",
            "a value is too old when it holds from more than max_age days before the decision",
            lambda rng: [
                *_oldest_allowed(rng, 40),
                *_oldest_allowed(rng),
                (_decisions(rng), _facts(rng), 45),
                # Then every value is too old.
                (*_arrived_together(rng)[:2], 0),
            ],
        ),
        Property("withdrawn", "a value of NaN is read as NaN", _withdrawn),
        Property(
            "every_decision",
            "each decision has a value or NaN, in the order and with the index of the decisions",
            lambda rng: [
                (_decisions(rng, n_households=12), _facts(rng), 60),
                (_decisions(rng).set_axis(pd.Index(np.arange(14) // 2, name="time")), _facts(rng)),
                (_decisions(rng), _facts(rng).iloc[:0], 60),
            ],
        ),
    ),
    misconceptions=(
        wrong.table_of_today,
        wrong.corrections_read_too_early,
        wrong.last_arrival_read,
        wrong.last_arrival_within_max_age,
        wrong.announcements_read_too_early,
        wrong.known_at_the_moment,
        wrong.old_values_read,
        wrong.age_since_arrival,
        wrong.age_in_whole_days,
        wrong.oldest_value_refused,
        wrong.decisions_without_a_value_dropped,
        wrong.corrections_never_read,
        wrong.last_row_read,
        wrong.one_value_for_each_household,
        wrong.sorted_by_time,
        wrong.decisions_renumbered,
        wrong.withdrawn_values_skipped,
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


def _whole_scores(call: Call) -> bool:
    scores = call.value
    return all(is_whole(score) for name in ("R", "F", "M") for score in scores[name].tolist())


def _other_numbers(rng):
    # Somebody bought today: 0 days, which an unsigned integer cannot turn round either.
    narrow = _profiles(rng, 15).assign(recency=rng.permutation(15))
    narrow = narrow.astype({"recency": "uint8", "frequency": "uint16", "monetary": "float32"})
    refunds = _profiles(rng, 20)
    refunds.iloc[:6, 2] = -rng.integers(1, 90, 6) / 4
    refunds.iloc[6:10, 2] = 0.0
    # Parts of a day, of a visit and of a cent.
    parts = pd.DataFrame(
        {
            "recency": [1.2, 1.9, 3.5, 3.1],
            "frequency": [0.25, 0.5, 2.75, 2.5],
            "monetary": [1.001, 1.004, 20_000_000.5, 20_000_000.75],
        }
    )
    return [(narrow, 5), (refunds, 4), (parts.iloc[rng.permutation(4)], 4)]


rfm_scores = WriteIt(
    reference=reference.rfm_scores,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "each score counts strictly worse households, with the index of the input",
            lambda rng: [
                (_profiles(rng, 52), 5),
                (_profiles(rng, 41)[["monetary", "recency", "frequency"]], 4),
                # A share may be less than a hundredth below a step.
                (_profiles(rng, 151), 5),
            ],
        ),
        Property(
            "equal_values_equal_scores",
            "equal values get equal scores",
            lambda rng: [(_profiles(rng, 40, 12), 5)],
            _equal_scores,
        ),
        Property(
            "many_silent",
            "scores are right when most households bought nothing",
            lambda rng: [(_profiles(rng, 40, 22), 5), (_profiles(rng, 12, 11), 5)],
        ),
        Property(
            "few_households",
            "scores are right when there are fewer households than classes",
            lambda rng: [(_profiles(rng, 3), 5), (_profiles(rng, 1), 5)],
        ),
        Property(
            "exact_shares",
            "a share that is exactly a step reaches the step",
            lambda rng: [(_profiles(rng, n), q) for n, q in ((5, 5), (15, 5), (22, 22), (49, 49))],
        ),
        Property(
            "whole_numbers",
            "the scores are whole numbers by their type, not floats",
            lambda rng: [(_profiles(rng, 11), 5), (_profiles(rng, 13), 3)],
            _whole_scores,
        ),
        Property(
            "default_q",
            "without q the best score is 5",
            lambda rng: [(_profiles(rng, 31),)],
        ),
        Property(
            "any_numbers",
            "narrow unsigned integers and negative money are numbers like others",
            _other_numbers,
        ),
    ),
    misconceptions=(
        wrong.recency_not_reversed,
        wrong.recency_classes_turned,
        wrong.quantiles_crash_on_ties,
        wrong.ties_split_by_position,
        wrong.quantiles_of_ranks,
        wrong.percentile_rounded_up,
        wrong.lowest_rank_rounded_up,
        wrong.share_before_product,
        wrong.all_but_one_counted,
        wrong.quantile_edges_dropped,
        wrong.ties_counted_as_worse,
        wrong.ties_averaged,
        wrong.distinct_values_counted,
        wrong.equal_width_classes,
        wrong.scores_from_zero,
        wrong.always_five_classes,
        wrong.silent_left_out,
        wrong.unsigned_days_negated,
        wrong.money_in_whole_dollars,
        wrong.refunds_as_nothing,
        wrong.floats_returned,
        wrong.household_names_lost,
    ),
)


# ---- kill_rfm -------------------------------------------------------------------------------


def _by_counting(profile, q=5):
    """Right, by comparing every two households."""
    scores = {}
    for name, column, sign in (("R", "recency", -1), ("F", "frequency", 1), ("M", "monetary", 1)):
        values = sign * profile[column].to_numpy("float64")
        worse = (values[:, None] > values[None, :]).sum(axis=1)
        scores[name] = np.minimum(q, 1 + q * worse // len(values))
    return pd.DataFrame(scores, index=profile.index)


def _by_merging(profile, q=5):
    """Right, by counting how often each value occurs."""
    table = {}
    for name, column, more in (
        ("R", "recency", False),
        ("F", "frequency", True),
        ("M", "monetary", True),
    ):
        values = profile[column].astype(float)
        counts = values.value_counts().sort_index(ascending=more)
        worse = counts.cumsum().shift(fill_value=0).astype("int64")
        table[name] = 1 + q * values.map(worse).astype("int64") // len(values)
    return pd.DataFrame(table)


def _by_searching(profile, q=5):
    """Right, by places in the sorted values."""
    table = pd.DataFrame(index=profile.index)
    for name, values in (
        ("R", -profile["recency"].astype("float64")),
        ("F", profile["frequency"]),
        ("M", profile["monetary"]),
    ):
        worse = np.searchsorted(np.sort(values.to_numpy()), values.to_numpy(), side="left")
        table[name] = np.clip(1 + (q * worse) // len(values), 1, q).astype(np.int16)
    return table


kill_rfm = WriteTheTest(
    reference=reference.kill_rfm,
    points=3,
    minutes=12,
    level="mid",
    right={
        "reference": reference.rfm_scores,
        "counting": _by_counting,
        "searching": _by_searching,
        "merging": _by_merging,
    },
    mutants=wrong.PLANTED_RFM,
    enough=7,
    misconceptions=(
        wrong.accepts_all,
        wrong.rejects_all,
        wrong.asks_for_one_integer_type,
        wrong.looks_only_at_the_range,
        wrong.tries_no_ties,
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


def _everybody_listed(rng):
    """Small sums, and a list of all households in another order."""
    names = rng.permutation(30) + 900
    monetary = pd.Series((rng.permutation(30) + 1) / 10, index=names)
    known = monetary.sort_values() > rng.permutation(30) / 10
    return monetary, known, 4


def _many_silent(rng):
    monetary, demo = _known_households(rng)
    monetary.iloc[:30] = 0.0
    # Nobody is worse than anybody else: the upper classes are empty.
    return [(monetary, demo, 5), (monetary.iloc[:6], demo, 3)]


coverage_by_value = WriteIt(
    reference=reference.coverage_by_value,
    points=3,
    minutes=8,
    level="mid",
    properties=(
        Property(
            "values",
            "each class gives the share of all its households, joined by name",
            lambda rng: [
                (*_known_households(rng), 5),
                _everybody_listed(rng),
                _known_households(rng),
                # A share that is exactly a step, also where it is not exact as a float.
                (*_known_households(rng, 5), 5),
                (*_known_households(rng, 22), 22),
            ],
        ),
        Property(
            "empty_class_is_nan",
            "each class has a row, and a class without households has NaN in it",
            _many_silent,
        ),
        Property(
            "nobody_known",
            "without any demographics every share is 0",
            lambda rng: [
                (_known_households(rng)[0], pd.Series(False, index=[901, 902]), 5),
                (_known_households(rng)[0], pd.Series(True, index=[1, 2, 3]), 4),
            ],
            stands="An answer may divide by the number of those known, which is 0 here.",
        ),
    ),
    misconceptions=(
        wrong.only_those_with_demographics,
        wrong.share_of_those_known,
        wrong.best_class_first,
        wrong.joined_by_position,
        wrong.whoever_is_listed_has_it,
        wrong.classes_of_those_known,
        wrong.not_listed_has_it,
        wrong.strangers_counted,
        wrong.ties_cut_apart,
        wrong.quantile_classes,
        wrong.share_of_all_households,
        wrong.classes_from_zero,
        wrong.empty_classes_missing,
        wrong.empty_classes_zero,
    ),
)
