"""Bank of natural answers for notebook 01, user_value. Written from the statements alone."""

from collections import defaultdict
from fractions import Fraction
from functools import partial
from zoneinfo import ZoneInfo
import math
import numpy as np
import pandas as pd
import bisect
import random
import sqlite3
from bisect import bisect_left
from collections import Counter, defaultdict
from datetime import datetime, timezone
from itertools import groupby
import datetime as dt
import itertools
from itertools import groupby as _itergroup


UNSURE = {
    "leak_audit__unsure_array": "an array of str, sorted: the statement says list of str",
    "household_profile__unsure_object": "right values in columns of dtype object: no dtype is stated",
    "coverage_by_value__unsure_float_index": "the index holds 1.0, 2.0, ...: equal to 1, 2 but another dtype",
}

# ------------------------------------------------------------------ break_profile
_BASE = (1, 10, 95, 2, 4.0)


def _bp(defect):
    more = {
        "lines_for_baskets": [(1, 10, 95, 1, 3.0)],
        "asof_day_included": [(1, 11, 100, 1, 3.0)],
        "no_window": [(1, 9, 60, 1, 3.0)],
    }
    ids = [1, 2] if defect == "silent_households_dropped" else [1]
    return [_BASE, *more.get(defect, [])], ids, 100


def break_profile__right_start_from_one(defect):
    return _bp(defect)


def break_profile__right_one_input_for_all(defect):
    lines = [
        (7, 1, 40, 3, 10.5),
        (7, 1, 40, 1, 2.25),
        (7, 2, 50, 1, 1.0),
        (7, 3, 12, 1, 6.0),
        (8, 4, 5, 1, 6.0),
        (9, 5, 55, 1, 1.0),
    ]
    return lines, [8, 7], 50


def break_profile__right_if_chain(defect):
    if defect == "lines_for_baskets":
        return [(1, 1, 30, 1, 1.0), (1, 1, 30, 1, 1.0)], [1], 31
    if defect == "recency_from_last_day":
        return [(1, 1, 20, 1, 1.0), (2, 2, 50, 1, 1.0)], [1], 31
    if defect == "silent_households_dropped":
        return [], [5], 31
    if defect == "quantity_for_money":
        return [(1, 1, 30, 3, 1.0)], [1], 31
    if defect == "asof_day_included":
        return [(1, 1, 31, 1, 1.0)], [1], 31
    return [(1, 1, 0, 1, 1.0)], [1], 31


def break_profile__right_boundaries(defect):
    lines = [
        (1, 1, 69, 2, 5.0),
        (1, 2, 70, 2, 5.0),
        (1, 3, 99, 1, 1.0),
        (1, 3, 99, 1, 1.0),
        (1, 4, 100, 1, 1.0),
        (3, 5, 101, 1, 1.0),
    ]
    return lines, [2, 1], 100


def break_profile__wrong_two_baskets(defect):
    """lines_for_baskets: two lines in two different baskets, so lines and baskets are both 2."""
    if defect == "lines_for_baskets":
        return [(1, 10, 95, 2, 4.0), (1, 11, 96, 2, 4.0)], [1], 100
    return _bp(defect)


def break_profile__wrong_last_day_is_asof(defect):
    """recency_from_last_day: another household buys on the day asof, so the largest day is asof and the recency is the same."""
    if defect == "recency_from_last_day":
        return [(1, 10, 95, 2, 4.0), (2, 11, 100, 1, 1.0)], [1], 100
    return _bp(defect)


def break_profile__wrong_silent_not_asked(defect):
    """silent_households_dropped: the silent household has an old line but is not in ids, so no row is missing."""
    if defect == "silent_households_dropped":
        return [(1, 10, 95, 2, 4.0), (2, 8, 20, 1, 1.0)], [1], 100
    return _bp(defect)


def break_profile__wrong_silent_at_edge(defect):
    """silent_households_dropped: the last line of household 2 is on day asof - 30, which is in the window: it is not silent."""
    if defect == "silent_households_dropped":
        return [(1, 10, 95, 2, 4.0), (2, 8, 70, 1, 1.0)], [1, 2], 100
    return _bp(defect)


def break_profile__wrong_quantity_equals_sales(defect):
    """quantity_for_money: two units for two dollars, so the sum of quantities is the sum of sales."""
    if defect == "quantity_for_money":
        return [(1, 10, 95, 2, 2.0)], [1], 100
    return _bp(defect)


def break_profile__wrong_quantities_cancel(defect):
    """quantity_for_money: each line differs (1 unit 2 USD, 2 units 1 USD), but the sums are both 3."""
    if defect == "quantity_for_money":
        return [(1, 10, 95, 1, 2.0), (1, 11, 96, 2, 1.0)], [1], 100
    return _bp(defect)


def break_profile__wrong_day_before_asof(defect):
    """asof_day_included: the added line is on asof - 1, which both tables read."""
    if defect == "asof_day_included":
        return [(1, 10, 95, 2, 4.0), (1, 11, 99, 1, 3.0)], [1], 100
    return _bp(defect)


def break_profile__wrong_day_after_asof(defect):
    """asof_day_included: the added line is on asof + 1, which neither table reads."""
    if defect == "asof_day_included":
        return [(1, 10, 95, 2, 4.0), (1, 11, 101, 1, 3.0)], [1], 100
    return _bp(defect)


def break_profile__wrong_thirtieth_day(defect):
    """no_window: the old line is on asof - 30, which is still inside the window."""
    if defect == "no_window":
        return [(1, 10, 95, 2, 4.0), (1, 9, 70, 1, 3.0)], [1], 100
    return _bp(defect)


def break_profile__wrong_old_line_of_other(defect):
    """no_window: the old line belongs to a household that is not in ids."""
    if defect == "no_window":
        return [(1, 10, 95, 2, 4.0), (2, 9, 20, 1, 3.0)], [1], 100
    return _bp(defect)


def break_profile__wrong_same_for_all(defect):
    """One simple household for every defect: shows only the recency and quantity defects."""
    return [_BASE], [1], 100


def break_profile__wrong_too_many_lines(defect):
    """Shows the defects, but with 12 lines, and at most 10 are allowed."""
    lines, ids, asof = _bp(defect)
    return lines + [(3, 50 + i, 90, 1, 1.0) for i in range(12 - len(lines))], ids, asof


def break_profile__wrong_ids_twice(defect):
    """Household 1 is listed twice in ids, but each is to be named once."""
    lines, ids, asof = _bp(defect)
    return lines, [line[0] for line in lines] + [1, 2], asof


# ------------------------------------------------------------------ to_local_day
def to_local_day__right_dt_chain(ts, tz="America/New_York"):
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def to_local_day__right_floor(ts, tz="America/New_York"):
    aware = pd.to_datetime(ts, utc=True)
    return aware.dt.tz_convert(tz).dt.tz_localize(None).dt.floor("D")


def to_local_day__right_loop(ts, tz="America/New_York"):
    out = []
    for t in ts:
        if pd.isna(t):
            out.append(pd.NaT)
        else:
            out.append(pd.Timestamp(pd.Timestamp(t, tz="UTC").tz_convert(tz).date()))
    return pd.Series(pd.to_datetime(out), index=ts.index, name=ts.name)


def to_local_day__right_zoneinfo(ts, tz="America/New_York"):
    zone = ZoneInfo(tz)

    def day(t):
        if pd.isna(t):
            return np.datetime64("NaT")
        local = t.to_pydatetime().replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        return np.datetime64(local.date())

    return pd.Series(np.array([day(t) for t in ts], dtype="datetime64[ns]"), index=ts.index)


def to_local_day__right_index(ts, tz="America/New_York"):
    index = (
        pd.DatetimeIndex(ts.to_numpy())
        .tz_localize("UTC")
        .tz_convert(tz)
        .tz_localize(None)
        .normalize()
    )
    return pd.Series(index, index=ts.index)


def to_local_day__wrong_five_hours(ts, tz="America/New_York"):
    """Five hours back all year: in summer New York is four hours behind, so 04:00 to 05:00 UTC falls on the wrong day. It ignores tz too."""
    return (ts - pd.Timedelta(hours=5)).dt.normalize()


def to_local_day__wrong_zone_ignored(ts, tz="America/New_York"):
    """New York is written into the code, so any other tz gives the days of New York."""
    return (
        ts.dt.tz_localize("UTC")
        .dt.tz_convert("America/New_York")
        .dt.tz_localize(None)
        .dt.normalize()
    )


def to_local_day__wrong_still_aware(ts, tz="America/New_York"):
    """The time zone is not removed: the result is tz-aware."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.normalize()


def to_local_day__wrong_no_midnight(ts, tz="America/New_York"):
    """Local time, not local midnight: the time of day is kept. The docstring example hides it because it formats the day only."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None)


def to_local_day__wrong_normalised_first(ts, tz="America/New_York"):
    """Goes to midnight UTC before converting: every stamp west of Greenwich falls on the day before."""
    return (
        ts.dt.normalize()
        .dt.tz_localize("UTC")
        .dt.tz_convert(tz)
        .dt.tz_localize(None)
        .dt.normalize()
    )


def to_local_day__wrong_direction(ts, tz="America/New_York"):
    """Reads the stamps as local and converts to UTC, the wrong way round; late evenings move to the next day."""
    local = ts.dt.tz_localize(tz, ambiguous="NaT", nonexistent="NaT")
    return local.dt.tz_convert("UTC").dt.tz_localize(None).dt.normalize()


def to_local_day__wrong_as_they_stand(ts, tz="America/New_York"):
    """The UTC day: nothing is converted."""
    return ts.dt.normalize()


def to_local_day__wrong_date_objects(ts, tz="America/New_York"):
    """Returns Python dates in an object column, not datetime64."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.date


def to_local_day__wrong_new_index(ts, tz="America/New_York"):
    """The result is numbered from 0: the index of ts is lost, which shows with any other index."""
    days = (
        pd.DatetimeIndex(ts.to_numpy())
        .tz_localize("UTC")
        .tz_convert(tz)
        .tz_localize(None)
        .normalize()
    )
    return pd.Series(days)


def to_local_day__wrong_nat_dropped(ts, tz="America/New_York"):
    """NaT is dropped, so the result is shorter than ts when a stamp is missing."""
    return ts.dropna().dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def to_local_day__wrong_one_offset(ts, tz="America/New_York"):
    """Takes the offset of the first stamp for all of them, so stamps on the other side of a clock change are an hour off (or all is NaT when the first is NaT)."""
    if len(ts) == 0:
        return ts.copy()
    first = ts.iloc[0]
    if pd.isna(first):
        return ts.dt.normalize()
    offset = first.tz_localize("UTC").tz_convert(tz).utcoffset()
    return (ts + offset).dt.normalize()


def to_local_day__wrong_summer_by_month(ts, tz="America/New_York"):
    """Daylight saving by the month, April to October: wrong from mid-March to April and in early November, and it ignores tz."""
    summer = ts.dt.month.between(4, 10)
    hours = np.where(summer, 4, 5)
    return (ts - pd.to_timedelta(hours, unit="h")).dt.normalize()


def to_local_day__wrong_strings(ts, tz="America/New_York"):
    """Returns text, not datetime64."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.strftime("%Y-%m-%d")


# ------------------------------------------------------------------ household_profile
def household_profile__right_groupby(tx, ids, asof, window=56):
    start = asof - pd.Timedelta(days=window)
    seen = tx[(tx["day"] >= start) & (tx["day"] < asof)]
    out = seen.groupby("household_id").agg(
        frequency=("basket_id", "nunique"), monetary=("sales_value", "sum"), last=("day", "max")
    )
    out = out.reindex(ids)
    out["recency"] = (asof - out.pop("last")).dt.days
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def household_profile__right_loop(tx, ids, asof, window=56):
    rows = []
    for h in ids:
        mine = tx[tx["household_id"] == h]
        age = (asof - mine["day"]).dt.days
        mine = mine[(age >= 1) & (age <= window)]
        if mine.empty:
            rows.append((0, 0.0, window))
        else:
            rows.append(
                (
                    len(set(mine["basket_id"])),
                    float(mine["sales_value"].sum()),
                    (asof - mine["day"].max()).days,
                )
            )
    return pd.DataFrame(rows, index=ids, columns=["frequency", "monetary", "recency"])


def household_profile__right_dicts(tx, ids, asof, window=56):
    baskets, money, recency = defaultdict(set), defaultdict(float), {}
    for h, b, day, sales in zip(tx["household_id"], tx["basket_id"], tx["day"], tx["sales_value"]):
        age = (asof - day).days
        if not 1 <= age <= window:
            continue
        baskets[h].add(b)
        money[h] += sales
        recency[h] = min(age, recency.get(h, window))
    return pd.DataFrame(
        {
            "frequency": [len(baskets.get(h, ())) for h in ids],
            "monetary": [money.get(h, 0.0) for h in ids],
            "recency": [recency.get(h, window) for h in ids],
        },
        index=pd.Index(ids, name="household_id"),
    )


def household_profile__right_series_columns(tx, ids, asof, window=56):
    age = (asof - tx["day"]).dt.days
    g = tx.assign(age=age)[age.between(1, window)].groupby("household_id")
    return pd.DataFrame(
        {
            "frequency": g["basket_id"].nunique().reindex(ids, fill_value=0),
            "monetary": g["sales_value"].sum().reindex(ids, fill_value=0.0),
            "recency": g["age"].min().reindex(ids, fill_value=window),
        }
    )


def household_profile__unsure_object(tx, ids, asof, window=56):
    return household_profile__right_loop(tx, ids, asof, window).astype(object)


def _prof(seen, ids, asof, window, freq="nunique", last="max"):
    out = seen.groupby("household_id").agg(
        frequency=("basket_id", freq), monetary=("sales_value", "sum"), last=("day", last)
    )
    out = out.reindex(ids)
    out["recency"] = (asof - out.pop("last")).dt.days
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def _seen(tx, asof, window):
    return tx[(tx["day"] >= asof - pd.Timedelta(days=window)) & (tx["day"] < asof)]


def household_profile__wrong_lines(tx, ids, asof, window=56):
    """Counts lines, not different baskets: too large whenever a basket has two lines."""
    return _prof(_seen(tx, asof, window), ids, asof, window, freq="size")


def household_profile__wrong_asof_included(tx, ids, asof, window=56):
    """Lines of the day asof count too, so a recency of 0 occurs."""
    seen = tx[(tx["day"] >= asof - pd.Timedelta(days=window)) & (tx["day"] <= asof)]
    return _prof(seen, ids, asof, window)


def household_profile__wrong_first_day_lost(tx, ids, asof, window=56):
    """The day asof - window is left out (> for >=), the window has a day too few."""
    seen = tx[(tx["day"] > asof - pd.Timedelta(days=window)) & (tx["day"] < asof)]
    return _prof(seen, ids, asof, window)


def household_profile__wrong_no_window(tx, ids, asof, window=56):
    """Everything before asof counts: purchases older than the window too."""
    return _prof(tx[tx["day"] < asof], ids, asof, window)


def household_profile__wrong_recency_to_data_end(tx, ids, asof, window=56):
    """Recency is counted to the last day in tx, not to asof."""
    seen = _seen(tx, asof, window)
    out = _prof(seen, ids, asof, window)
    last = seen.groupby("household_id")["day"].max().reindex(ids)
    out["recency"] = (tx["day"].max() - last).dt.days.fillna(window)
    return out


def household_profile__wrong_recency_zero(tx, ids, asof, window=56):
    """fillna(0) everywhere: a household without a purchase gets recency 0, as if it had bought today, and not window."""
    seen = _seen(tx, asof, window)
    out = (
        seen.groupby("household_id")
        .agg(
            frequency=("basket_id", "nunique"), monetary=("sales_value", "sum"), last=("day", "max")
        )
        .reindex(ids)
    )
    out["recency"] = (asof - out.pop("last")).dt.days
    return out.fillna(0)


def household_profile__wrong_first_purchase(tx, ids, asof, window=56):
    """Recency from the first purchase in the window, not from the last one."""
    return _prof(_seen(tx, asof, window), ids, asof, window, last="min")


def household_profile__wrong_silent_dropped(tx, ids, asof, window=56):
    """Households without a purchase in the window have no row."""
    out = _prof(_seen(tx, asof, window), ids, asof, window)
    return out[out["frequency"] > 0]


def household_profile__wrong_sorted(tx, ids, asof, window=56):
    """The rows are in ascending order of household, not in the order of ids."""
    return _prof(_seen(tx, asof, window), sorted(ids), asof, window)


def household_profile__wrong_window_fixed(tx, ids, asof, window=56):
    """56 is written into the code, so any other window is ignored."""
    return _prof(_seen(tx, asof, 56), ids, asof, 56)


def household_profile__wrong_days_of_purchase(tx, ids, asof, window=56):
    """Counts different days, not baskets: two baskets on one day count once."""
    seen = _seen(tx, asof, window)
    out = _prof(seen, ids, asof, window)
    out["frequency"] = seen.groupby("household_id")["day"].nunique().reindex(ids, fill_value=0)
    return out


def household_profile__wrong_one_line_per_basket(tx, ids, asof, window=56):
    """Drops duplicate baskets before it sums the sales, so only the first line of each basket is paid."""
    return _prof(_seen(tx, asof, window).drop_duplicates("basket_id"), ids, asof, window)


def household_profile__wrong_true_recency(tx, ids, asof, window=56):
    """Recency from the last purchase ever, also before the window: a household that is silent in the window gets more than window."""
    out = _prof(_seen(tx, asof, window), ids, asof, window)
    last = tx[tx["day"] < asof].groupby("household_id")["day"].max().reindex(ids)
    out["recency"] = (asof - last).dt.days.fillna(window)
    return out


def household_profile__wrong_writes_to_tx(tx, ids, asof, window=56):
    """Adds a column to tx: the input is changed."""
    tx["age"] = (asof - tx["day"]).dt.days
    return _prof(tx[tx["age"].between(1, window)], ids, asof, window)


def household_profile__wrong_mean_money(tx, ids, asof, window=56):
    """Monetary is the mean of a line, not the sum."""
    seen = _seen(tx, asof, window)
    out = _prof(seen, ids, asof, window)
    out["monetary"] = (
        seen.groupby("household_id")["sales_value"].mean().reindex(ids, fill_value=0.0)
    )
    return out


# ------------------------------------------------------------------ leak_audit
def leak_audit__right_sorted_set(feature_log, label_start):
    late = feature_log["source_time"] >= label_start
    return sorted(set(feature_log.loc[late, "feature"]))


def leak_audit__right_max(feature_log, label_start):
    latest = feature_log.groupby("feature")["source_time"].max()
    return latest.index[latest >= label_start].tolist()


def leak_audit__right_loop(feature_log, label_start):
    found = []
    for name, time in zip(feature_log["feature"], feature_log["source_time"]):
        if pd.notna(time) and not time < label_start and name not in found:
            found.append(name)
    found.sort()
    return found


def leak_audit__right_numpy(feature_log, label_start):
    late = feature_log["source_time"].to_numpy() >= np.datetime64(label_start)
    return np.unique(feature_log["feature"].to_numpy()[late].astype(str)).tolist()


def leak_audit__unsure_array(feature_log, label_start):
    late = feature_log["source_time"] >= label_start
    return np.array(sorted(set(feature_log.loc[late, "feature"])))


def leak_audit__wrong_strict(feature_log, label_start):
    """> for >=: a record exactly at label_start is not counted."""
    return sorted(feature_log.loc[feature_log["source_time"] > label_start, "feature"].unique())


def leak_audit__wrong_unsorted(feature_log, label_start):
    """In order of first appearance, not alphabetical."""
    return feature_log.loc[feature_log["source_time"] >= label_start, "feature"].unique().tolist()


def leak_audit__wrong_repeated(feature_log, label_start):
    """A feature with two late records is named twice."""
    return sorted(feature_log.loc[feature_log["source_time"] >= label_start, "feature"])


def leak_audit__wrong_not_before(feature_log, label_start):
    """ "Not before" counts NaT too: a record without a time is taken for a leak."""
    late = ~(feature_log["source_time"] < label_start)
    return sorted(feature_log.loc[late, "feature"].unique())


def leak_audit__wrong_all_late(feature_log, label_start):
    """Names only features all of whose records are late (the earliest is)."""
    first = feature_log.groupby("feature")["source_time"].min()
    return first.index[first >= label_start].tolist()


def leak_audit__wrong_last_row(feature_log, label_start):
    """Looks at the last row of each feature, not at its latest time: wrong when the log is not in order of time."""
    last = feature_log.groupby("feature")["source_time"].last()
    return last.index[last >= label_start].tolist()


def leak_audit__wrong_typical(feature_log, label_start):
    """Looks at the mean time of a feature: a few late records among many early ones are missed."""
    mean = feature_log.groupby("feature")["source_time"].mean()
    return mean.index[mean >= label_start].tolist()


def leak_audit__wrong_by_day(feature_log, label_start):
    """Compares days, not times: with a label_start at noon a record of that morning is called a leak."""
    late = feature_log["source_time"].dt.normalize() >= label_start.normalize()
    return sorted(set(feature_log.loc[late, "feature"]))


def leak_audit__wrong_clean_ones(feature_log, label_start):
    """Returns the features that are clean instead of those that leak."""
    late = set(feature_log.loc[feature_log["source_time"] >= label_start, "feature"])
    return sorted(set(feature_log["feature"]) - late)


def leak_audit__wrong_set(feature_log, label_start):
    """Returns a set, which has no order; a sorted list was asked for."""
    return set(feature_log.loc[feature_log["source_time"] >= label_start, "feature"])


def leak_audit__wrong_most_common_first(feature_log, label_start):
    """Ordered by how many late records a feature has, not alphabetically."""
    late = feature_log[feature_log["source_time"] >= label_start]
    return late["feature"].value_counts().index.tolist()


def leak_audit__wrong_nan_hides(feature_log, label_start):
    """max(skipna=False): one record without a time hides the late records of the feature."""
    found = []
    for name, times in feature_log.groupby("feature")["source_time"]:
        if times.max(skipna=False) >= label_start:
            found.append(name)
    return found


# ------------------------------------------------------------------ population_asof
def population_asof__right_groupby(tx, asof, window=56):
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts.groupby("household_id")["day"].max()
    active = last >= asof - pd.Timedelta(days=window)
    return active.map({True: "active", False: "silent"})


def population_asof__right_sets(tx, asof, window=56):
    start = asof - pd.Timedelta(days=window)
    population, active = set(), set()
    for h, day, known in zip(tx["household_id"], tx["day"], tx["known"]):
        if day < asof and known < asof:
            population.add(h)
            if day >= start:
                active.add(h)
    index = sorted(population)
    return pd.Series(
        ["active" if h in active else "silent" for h in index], index=index, dtype=object
    )


def population_asof__right_numpy(tx, asof, window=56):
    ok = (tx[["day", "known"]] < asof).all(axis=1).to_numpy()
    h = tx["household_id"].to_numpy()[ok]
    age = (asof - tx["day"]).dt.days.to_numpy()[ok]
    households = np.unique(h)
    is_active = np.isin(households, h[age <= window])
    return pd.Series(np.where(is_active, "active", "silent"), index=households)


def population_asof__right_two_steps(tx, asof, window=56):
    counted = tx.query("day < @asof and known < @asof").sort_values("day")
    last = (
        counted.drop_duplicates("household_id", keep="last")
        .set_index("household_id")["day"]
        .sort_index()
    )
    status = pd.Series("silent", index=last.index)
    status[last >= asof - pd.Timedelta(days=window)] = "active"
    return status


def _status(counts, asof, window):
    last = counts.groupby("household_id")["day"].max()
    return (last >= asof - pd.Timedelta(days=window)).map({True: "active", False: "silent"})


def population_asof__wrong_known_ignored(tx, asof, window=56):
    """Looks only at when a purchase happened: late arrivals count although nobody knew them."""
    return _status(tx[tx["day"] < asof], asof, window)


def population_asof__wrong_only_known(tx, asof, window=56):
    """Looks only at when a record was known: an order placed in advance, for a day from asof on, counts, and its household is active."""
    return _status(tx[tx["known"] < asof], asof, window)


def population_asof__wrong_known_at_asof(tx, asof, window=56):
    """<= for <: a record that arrives exactly at asof counts."""
    return _status(tx[(tx["day"] < asof) & (tx["known"] <= asof)], asof, window)


def population_asof__wrong_day_asof(tx, asof, window=56):
    """<= for <: a purchase of the day asof counts when it was known in advance."""
    return _status(tx[(tx["day"] <= asof) & (tx["known"] < asof)], asof, window)


def population_asof__wrong_edge(tx, asof, window=56):
    """> for >=: a household whose last day is asof - window is called silent."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts.groupby("household_id")["day"].max()
    return (last > asof - pd.Timedelta(days=window)).map({True: "active", False: "silent"})


def population_asof__wrong_active_by_arrival(tx, asof, window=56):
    """Active by when the record arrived, not by when the purchase happened: an old purchase that arrives late makes a silent household active."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts.groupby("household_id")["known"].max()
    return (last >= asof - pd.Timedelta(days=window)).map({True: "active", False: "silent"})


def population_asof__wrong_nat_is_known(tx, asof, window=56):
    """A record without a time of arrival is taken as known on its day; NaT means that it has not arrived."""
    known = tx["known"].fillna(tx["day"])
    return _status(tx[(tx["day"] < asof) & (known < asof)], asof, window)


def population_asof__wrong_not_later(tx, asof, window=56):
    """~(known >= asof) keeps NaT: records that have not arrived count."""
    late = (tx["day"] >= asof) | (tx["known"] >= asof)
    return _status(tx[~late], asof, window)


def population_asof__wrong_activity_from_all(tx, asof, window=56):
    """The population is right, but activity is read from all records, also from those that were not known yet."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    names = np.sort(counts["household_id"].unique())
    recent = tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]
    return pd.Series(
        np.where(np.isin(names, recent["household_id"]), "active", "silent"), index=names
    )


def population_asof__wrong_everybody(tx, asof, window=56):
    """Every household of tx is in the population; those first known later are called silent."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    recent = counts.loc[counts["day"] >= asof - pd.Timedelta(days=window), "household_id"]
    names = np.sort(tx["household_id"].unique())
    return pd.Series(np.where(np.isin(names, recent), "active", "silent"), index=names)


def population_asof__wrong_only_active(tx, asof, window=56):
    """Only the active households are returned; the silent ones are missing."""
    status = _status(tx[(tx["day"] < asof) & (tx["known"] < asof)], asof, window)
    return status[status == "active"]


def population_asof__wrong_appearance_order(tx, asof, window=56):
    """Households in order of appearance, not ascending."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts.groupby("household_id", sort=False)["day"].max()
    return (last >= asof - pd.Timedelta(days=window)).map({True: "active", False: "silent"})


def population_asof__wrong_last_row(tx, asof, window=56):
    """Takes the last row of a household, not its latest day: wrong when the rows are not in order of day."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts.groupby("household_id")["day"].last()
    return (last >= asof - pd.Timedelta(days=window)).map({True: "active", False: "silent"})


def population_asof__wrong_bool(tx, asof, window=56):
    """Returns True and False, not "active" and "silent"."""
    last = tx[(tx["day"] < asof) & (tx["known"] < asof)].groupby("household_id")["day"].max()
    return last >= asof - pd.Timedelta(days=window)


# ------------------------------------------------------------------ point_in_time_join
def point_in_time_join__right_loop(decisions, log, max_age=90):
    values = []
    for h, t in zip(decisions["household_id"], decisions["time"]):
        ok = log[(log["household_id"] == h) & (log["holds_from"] < t) & (log["known_at"] < t)]
        if ok.empty:
            values.append(np.nan)
            continue
        row = ok.sort_values(["holds_from", "known_at"]).iloc[-1]
        values.append(
            row["value"] if t - row["holds_from"] <= pd.Timedelta(days=max_age) else np.nan
        )
    return pd.Series(values, index=decisions.index, dtype=float)


def point_in_time_join__right_merge(decisions, log, max_age=90):
    left = decisions[["household_id", "time"]].reset_index(drop=True)
    left["row"] = np.arange(len(left))
    pairs = left.merge(log, on="household_id")
    pairs = pairs[(pairs["holds_from"] < pairs["time"]) & (pairs["known_at"] < pairs["time"])]
    pairs = (
        pairs.sort_values(["holds_from", "known_at"])
        .drop_duplicates("row", keep="last")
        .set_index("row")
    )
    fresh = pairs["time"] - pairs["holds_from"] <= pd.Timedelta(days=max_age)
    value = pairs["value"].where(fresh).reindex(range(len(left)))
    return pd.Series(value.to_numpy(float), index=decisions.index)


def point_in_time_join__right_tuples(decisions, log, max_age=90):
    by_household = defaultdict(list)
    for h, holds, known, v in log[["household_id", "holds_from", "known_at", "value"]].itertuples(
        index=False
    ):
        by_household[h].append((holds, known, v))
    limit = pd.Timedelta(days=max_age)

    def read(h, t):
        possible = [r for r in by_household[h] if r[0] < t and r[1] < t]
        if not possible:
            return float("nan")
        holds, _, v = max(possible, key=lambda r: r[:2])
        return float("nan") if t - holds > limit else v

    return pd.Series(
        [read(h, t) for h, t in zip(decisions["household_id"], decisions["time"])],
        index=decisions.index,
        dtype="float64",
    )


def point_in_time_join__right_age_first(decisions, log, max_age=90):
    # too old records never win against younger ones, so they may be filtered first
    out = np.full(len(decisions), np.nan)
    ordered = log.sort_values(["holds_from", "known_at"])
    for i, (h, t) in enumerate(zip(decisions["household_id"], decisions["time"])):
        ok = ordered["household_id"].eq(h) & ordered["holds_from"].lt(t) & ordered["known_at"].lt(t)
        ok &= ordered["holds_from"].ge(t - pd.Timedelta(days=max_age))
        if ok.any():
            out[i] = ordered.loc[ok, "value"].to_numpy()[-1]
    return pd.Series(out, index=decisions.index)


def _pit(
    decisions,
    log,
    max_age,
    keep=lambda p: (p["holds_from"] < p["time"]) & (p["known_at"] < p["time"]),
    by=("holds_from", "known_at"),
    age="holds_from",
):
    left = decisions[["household_id", "time"]].reset_index(drop=True)
    left["row"] = np.arange(len(left))
    pairs = left.merge(log, on="household_id")
    pairs = (
        pairs[keep(pairs)]
        .sort_values(list(by), kind="stable")
        .drop_duplicates("row", keep="last")
        .set_index("row")
    )
    if max_age is not None:
        pairs["value"] = pairs["value"].where(
            pairs["time"] - pairs[age] <= pd.Timedelta(days=max_age)
        )
    return pd.Series(
        pairs["value"].reindex(range(len(left))).to_numpy(float), index=decisions.index
    )


def point_in_time_join__wrong_known_ignored(decisions, log, max_age=90):
    """Only holds_from is compared: corrections are read before anybody knew them."""
    return _pit(decisions, log, max_age, keep=lambda p: p["holds_from"] < p["time"])


def point_in_time_join__wrong_announced(decisions, log, max_age=90):
    """Only known_at is compared: a change that is announced is read before it holds."""
    return _pit(decisions, log, max_age, keep=lambda p: p["known_at"] < p["time"])


def point_in_time_join__wrong_last_known(decisions, log, max_age=90):
    """Reads the record that was known last, not the one that holds from the latest time: an old record that arrives late hides a newer one."""
    return _pit(decisions, log, max_age, by=("known_at", "holds_from"))


def point_in_time_join__wrong_not_strict(decisions, log, max_age=90):
    """<= for <: a record that holds from t, or is known exactly at t, counts."""
    return _pit(
        decisions,
        log,
        max_age,
        keep=lambda p: (p["holds_from"] <= p["time"]) & (p["known_at"] <= p["time"]),
    )


def point_in_time_join__wrong_known_at_t(decisions, log, max_age=90):
    """known_at <= t: a record that becomes known exactly at t counts."""
    return _pit(
        decisions,
        log,
        max_age,
        keep=lambda p: (p["holds_from"] < p["time"]) & (p["known_at"] <= p["time"]),
    )


def point_in_time_join__wrong_age_of_arrival(decisions, log, max_age=90):
    """The age is counted from known_at, not from holds_from."""
    return _pit(decisions, log, max_age, age="known_at")


def point_in_time_join__wrong_no_age(decisions, log, max_age=90):
    """max_age is not used: values of any age are read."""
    return _pit(decisions, log, None)


def point_in_time_join__wrong_whole_days(decisions, log, max_age=90):
    """The age is cut to whole days (.dt.days), so 90 days and 12 hours is not more than 90."""
    left = decisions[["household_id", "time"]].reset_index(drop=True)
    left["row"] = np.arange(len(left))
    p = left.merge(log, on="household_id")
    p = p[(p["holds_from"] < p["time"]) & (p["known_at"] < p["time"])]
    p = (
        p.sort_values(["holds_from", "known_at"])
        .drop_duplicates("row", keep="last")
        .set_index("row")
    )
    p["value"] = p["value"].where((p["time"] - p["holds_from"]).dt.days <= max_age)
    return pd.Series(p["value"].reindex(range(len(left))).to_numpy(float), index=decisions.index)


def point_in_time_join__wrong_age_edge(decisions, log, max_age=90):
    """< for <=: a record of exactly max_age days is refused."""
    left = decisions[["household_id", "time"]].reset_index(drop=True)
    left["row"] = np.arange(len(left))
    p = left.merge(log, on="household_id")
    p = p[(p["holds_from"] < p["time"]) & (p["known_at"] < p["time"])]
    p = (
        p.sort_values(["holds_from", "known_at"])
        .drop_duplicates("row", keep="last")
        .set_index("row")
    )
    p["value"] = p["value"].where(p["time"] - p["holds_from"] < pd.Timedelta(days=max_age))
    return pd.Series(p["value"].reindex(range(len(left))).to_numpy(float), index=decisions.index)


def point_in_time_join__wrong_skips_withdrawn(decisions, log, max_age=90):
    """NaN values are dropped first, so a withdrawn value is replaced by an older one."""
    return _pit(decisions, log.dropna(subset=["value"]), max_age)


def point_in_time_join__wrong_groupby_last(decisions, log, max_age=90):
    """groupby(...).last() takes the last value that is not NaN, so a withdrawn value is replaced by an older one."""
    left = decisions[["household_id", "time"]].reset_index(drop=True)
    left["row"] = np.arange(len(left))
    p = left.merge(log, on="household_id")
    p = p[(p["holds_from"] < p["time"]) & (p["known_at"] < p["time"])].sort_values(
        ["holds_from", "known_at"]
    )
    last = p.groupby("row")[["time", "holds_from", "value"]].last()
    value = last["value"].where(last["time"] - last["holds_from"] <= pd.Timedelta(days=max_age))
    return pd.Series(value.reindex(range(len(left))).to_numpy(float), index=decisions.index)


def point_in_time_join__wrong_first_known(decisions, log, max_age=90):
    """Of records that hold from the same time the first known is read, so a correction is never read."""
    flipped = log.sort_values("known_at", ascending=False)
    return _pit(decisions, flipped, max_age, by=("holds_from",))


def point_in_time_join__wrong_row_order(decisions, log, max_age=90):
    """Sorts by holds_from only: of two records that hold from the same time the later row is read, not the one known last."""
    return _pit(decisions, log, max_age, by=("holds_from",))


def point_in_time_join__wrong_today(decisions, log, max_age=90):
    """Reads the newest record of each household, today's table, for every decision."""
    newest = log.sort_values(["holds_from", "known_at"]).drop_duplicates(
        "household_id", keep="last"
    )
    return decisions["household_id"].map(newest.set_index("household_id")["value"]).astype(float)


def point_in_time_join__wrong_merge_asof(decisions, log, max_age=90):
    """merge_asof on the time of arrival: reads the record that arrived last, in the order of time and with a new index."""
    left = decisions.sort_values("time")
    right = log.sort_values("known_at")
    out = pd.merge_asof(
        left,
        right,
        left_on="time",
        right_on="known_at",
        by="household_id",
        allow_exact_matches=False,
    )
    return out["value"].where(out["time"] - out["holds_from"] <= pd.Timedelta(days=max_age))


def point_in_time_join__wrong_index_lost(decisions, log, max_age=90):
    """The values are right and in order, but numbered from 0 instead of carrying the index of decisions."""
    return _pit(decisions, log, max_age).reset_index(drop=True)


def point_in_time_join__wrong_by_household(decisions, log, max_age=90):
    """One value per household: drop_duplicates on the household after the join, so a household with several decisions gets the value of one of them."""
    p = decisions.merge(log, on="household_id")
    p = p[(p["holds_from"] < p["time"]) & (p["known_at"] < p["time"])]
    p = p[p["time"] - p["holds_from"] <= pd.Timedelta(days=max_age)]
    last = p.sort_values(["holds_from", "known_at"]).groupby("household_id")["value"].nth(-1)
    value = p.loc[last.index].set_index("household_id")["value"]
    return decisions["household_id"].map(value).astype(float)


def point_in_time_join__wrong_sorts_input(decisions, log, max_age=90):
    """Sorts log in place: the caller's table is changed."""
    log.sort_values(["holds_from", "known_at"], inplace=True)
    return _pit(decisions, log, max_age)


# ------------------------------------------------------------------ rfm_scores
def rfm_scores__right_rank(profile, q=5):
    n = len(profile)

    def score(x, higher_is_better=True):
        b = x.rank(method="min", ascending=higher_is_better).astype("int64") - 1
        return 1 + q * b // n

    return pd.DataFrame(
        {
            "R": score(profile["recency"], higher_is_better=False),
            "F": score(profile["frequency"]),
            "M": score(profile["monetary"]),
        }
    )


def rfm_scores__right_count(profile, q=5):
    n = len(profile)
    r, f, m = (profile[c].tolist() for c in ("recency", "frequency", "monetary"))
    rows = [
        [
            1 + q * sum(y > a for y in r) // n,
            1 + q * sum(y < b for y in f) // n,
            1 + q * sum(y < c for y in m) // n,
        ]
        for a, b, c in zip(r, f, m)
    ]
    return pd.DataFrame(rows, index=profile.index, columns=["R", "F", "M"], dtype="int64")


def rfm_scores__right_searchsorted(profile, q=5):
    n = len(profile)
    out = {}
    for name, column in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
        x = profile[column].to_numpy()
        s = np.sort(x)
        worse = (
            n - np.searchsorted(s, x, side="right")
            if name == "R"
            else np.searchsorted(s, x, side="left")
        )
        out[name] = 1 + (q * worse) // n
    return pd.DataFrame(out, index=profile.index)


def rfm_scores__right_fraction(profile, q=5):
    n = len(profile)

    def score(values):
        first = {}
        for i, v in enumerate(sorted(values)):
            first.setdefault(v, i)
        return [1 + math.floor(Fraction(q * first[v], n)) for v in values]

    columns = {
        "R": [-v for v in profile["recency"].tolist()],
        "F": profile["frequency"].tolist(),
        "M": profile["monetary"].tolist(),
    }
    return pd.DataFrame({k: score(v) for k, v in columns.items()}, index=profile.index).astype(
        np.int32
    )


def rfm_scores__wrong_recency_direction(profile, q=5):
    """Many days are scored high: R is turned round, the longest absent get the best score."""
    n = len(profile)
    b = profile[["recency", "frequency", "monetary"]].rank(method="min").astype(int) - 1
    return (1 + q * b // n).set_axis(["R", "F", "M"], axis="columns")


def rfm_scores__wrong_recency_flipped_after(profile, q=5):
    """R is q + 1 minus the score of the days: this counts strictly fewer days and turns the score, which differs from counting the strictly worse, at the edges and in ties."""
    n = len(profile)
    b = profile[["recency", "frequency", "monetary"]].rank(method="min").astype(int) - 1
    out = (1 + q * b // n).set_axis(["R", "F", "M"], axis="columns")
    out["R"] = q + 1 - out["R"]
    return out


def rfm_scores__wrong_average_rank(profile, q=5):
    """Average ranks: tied households are credited with half of their equals, so large ties score too high."""
    n = len(profile)
    x = pd.DataFrame(
        {
            "R": -profile["recency"].astype(float),
            "F": profile["frequency"],
            "M": profile["monetary"],
        }
    )
    return (1 + np.floor(q * (x.rank() - 1) / n)).astype(int)


def rfm_scores__wrong_first_rank(profile, q=5):
    """rank(method="first") breaks ties by position: equal households get different scores."""
    n = len(profile)
    x = pd.DataFrame(
        {
            "R": -profile["recency"].astype(float),
            "F": profile["frequency"],
            "M": profile["monetary"],
        }
    )
    return 1 + q * (x.rank(method="first").astype(int) - 1) // n


def rfm_scores__wrong_dense_rank(profile, q=5):
    """Dense ranks count different worse values, not worse households: too low behind large ties."""
    n = len(profile)
    x = pd.DataFrame(
        {
            "R": -profile["recency"].astype(float),
            "F": profile["frequency"],
            "M": profile["monetary"],
        }
    )
    return 1 + q * (x.rank(method="dense").astype(int) - 1) // n


def rfm_scores__wrong_pct(profile, q=5):
    """Multiplies q by a fraction in floating point: floor(q * (b / n)) misses a score where the fraction is not exact, for example b = 1, n = 49, q = 49."""
    n = len(profile)
    x = pd.DataFrame(
        {
            "R": -profile["recency"].astype(float),
            "F": profile["frequency"],
            "M": profile["monetary"],
        }
    )
    share = (x.rank(method="min") - 1) / n
    return (1 + np.floor(q * share)).astype(int)


def rfm_scores__wrong_ceil(profile, q=5):
    """ceil(q * rank / n) with the minimum rank: one less than 1 + floor(q b / n) in many places when q does not divide n."""
    n = len(profile)
    x = pd.DataFrame(
        {
            "R": -profile["recency"].astype(float),
            "F": profile["frequency"],
            "M": profile["monetary"],
        }
    )
    return np.ceil(q * x.rank(method="min") / n).astype(int)


def rfm_scores__wrong_qcut(profile, q=5):
    """Quantile cuts with duplicates="drop": with many equal values the number of classes shrinks and the scores move."""
    out = pd.DataFrame(index=profile.index)
    out["R"] = q - pd.qcut(profile["recency"], q, labels=False, duplicates="drop")
    out["F"] = pd.qcut(profile["frequency"], q, labels=False, duplicates="drop") + 1
    out["M"] = pd.qcut(profile["monetary"], q, labels=False, duplicates="drop") + 1
    return out


def rfm_scores__wrong_index_lost(profile, q=5):
    """The result is numbered from 0: the index of profile is lost."""
    n = len(profile)
    b = [
        (profile["recency"].to_numpy()[None, :] > profile["recency"].to_numpy()[:, None]).sum(
            axis=1
        ),
        (profile["frequency"].to_numpy()[None, :] < profile["frequency"].to_numpy()[:, None]).sum(
            axis=1
        ),
        (profile["monetary"].to_numpy()[None, :] < profile["monetary"].to_numpy()[:, None]).sum(
            axis=1
        ),
    ]
    return pd.DataFrame({k: 1 + q * x // n for k, x in zip("RFM", b)})


def rfm_scores__wrong_n_minus_one(profile, q=5):
    """Divides by n - 1 and caps at q: the best always gets q and others move up, unlike floor(q b / n)."""
    n = max(len(profile) - 1, 1)
    x = pd.DataFrame(
        {
            "R": -profile["recency"].astype(float),
            "F": profile["frequency"],
            "M": profile["monetary"],
        }
    )
    return (1 + q * (x.rank(method="min").astype(int) - 1) // n).clip(upper=q)


def rfm_scores__wrong_q_fixed(profile, q=5):
    """Always five classes: q is not used."""
    n = len(profile)
    x = pd.DataFrame(
        {
            "R": -profile["recency"].astype(float),
            "F": profile["frequency"],
            "M": profile["monetary"],
        }
    )
    return 1 + 5 * (x.rank(method="min").astype(int) - 1) // n


def rfm_scores__wrong_money_to_int(profile, q=5):
    """Money is cut to whole dollars first, so households that differ only in cents tie."""
    n = len(profile)
    x = pd.DataFrame(
        {
            "R": -profile["recency"].astype(int),
            "F": profile["frequency"].astype(int),
            "M": profile["monetary"].astype(int),
        }
    )
    return 1 + q * (x.rank(method="min").astype(int) - 1) // n


def rfm_scores__wrong_no_refunds(profile, q=5):
    """Negative money is set to 0 first, so households with refunds tie with those that spent nothing."""
    n = len(profile)
    x = pd.DataFrame(
        {
            "R": -profile["recency"].astype(float),
            "F": profile["frequency"],
            "M": profile["monetary"].clip(lower=0),
        }
    )
    return 1 + q * (x.rank(method="min").astype(int) - 1) // n


def rfm_scores__wrong_unsigned(profile, q=5):
    """Negates recency in its own type: in an unsigned column 0 stays 0 and the others wrap round, so a recency of 0 gets the worst score instead of the best."""
    n = len(profile)

    def worse(x):
        return np.searchsorted(np.sort(x), x)

    b = {
        "R": worse(-profile["recency"].to_numpy()),
        "F": worse(profile["frequency"].to_numpy()),
        "M": worse(profile["monetary"].to_numpy()),
    }
    return pd.DataFrame({k: 1 + q * v // n for k, v in b.items()}, index=profile.index)


def rfm_scores__wrong_floats(profile, q=5):
    """The scores are floats, not int."""
    n = len(profile)
    x = pd.DataFrame(
        {
            "R": -profile["recency"].astype(float),
            "F": profile["frequency"],
            "M": profile["monetary"],
        }
    )
    return 1 + q * (x.rank(method="min") - 1) // n


def rfm_scores__wrong_different_values(profile, q=5):
    """n is the number of different values of the column, not of households."""
    out = {}
    for name, col, up in (
        ("R", "recency", False),
        ("F", "frequency", True),
        ("M", "monetary", True),
    ):
        b = profile[col].rank(method="dense", ascending=up).astype(int) - 1
        out[name] = 1 + q * b // profile[col].nunique()
    return pd.DataFrame(out)


# ------------------------------------------------------------------ kill_rfm
def _rfm(profile, q=5):
    return rfm_scores__right_rank(profile, q)


def _same(fn, profile, q):
    copy = profile.copy(deep=True)
    got = fn(profile, q)
    if not profile.equals(copy):
        return False
    want = rfm_scores__right_count(copy, q)
    if list(got.columns) != ["R", "F", "M"] or list(got.index) != list(want.index):
        return False
    if not all(np.issubdtype(t, np.integer) for t in got.dtypes):
        return False
    return bool((got.to_numpy() == want.to_numpy()).all())


def _cases():
    rng = np.random.default_rng(3)
    for n, q in (
        (4, 5),
        (10, 5),
        (12, 4),
        (49, 49),
        (50, 7),
        (100, 100),
        (98, 49),
        (7, 10),
        (1, 5),
        (30, 3),
    ):
        names = [f"h{i}" for i in rng.permutation(n)]
        money = rng.normal(10, 20, n).round(2)
        money[: n // 2] = 0.0
        freq = rng.integers(0, 4, n)
        freq[: n // 2] = 0
        rec = rng.integers(1, 57, n)
        rec[: n // 3] = 56
        order = rng.permutation(n)
        yield (
            pd.DataFrame(
                {"recency": rec[order], "frequency": freq[order], "monetary": money[order]},
                index=names,
            ),
            q,
        )
    # all different
    for n, q in ((49, 49), (100, 100), (100, 10)):
        yield (
            pd.DataFrame(
                {
                    "recency": rng.permutation(n) + 1,
                    "frequency": rng.permutation(n),
                    "monetary": rng.permutation(n) / 100 - 0.2,
                },
                index=rng.permutation(n) + 500,
            ),
            q,
        )


def kill_rfm__right_reference(fn):
    return all(_same(fn, p, q) for p, q in _cases())


def kill_rfm__right_by_hand(fn):
    def expected(values, q, fewer_is_better):
        n = len(values)
        return [
            1 + q * sum((w > v) if fewer_is_better else (w < v) for w in values) // n
            for v in values
        ]

    tables = [
        (
            [56, 56, 56, 56, 3, 3, 20, 1],
            [0, 0, 0, 0, 2, 1, 1, 9],
            [0.0, 0.0, 0.0, 0.0, 10.25, 10.75, -3.5, 99.0],
        ),
        (list(range(1, 50)), list(range(49)), [i / 7 for i in range(49)]),
        ([9, 2, 5, 5, 5, 1], [3, 3, 3, 1, 8, 8], [-2.0, -1.0, 0.5, 0.4, 0.4, 7.0]),
    ]
    for r, f, m in tables:
        n = len(r)
        names = [f"h{(5 * i) % 97}" for i in range(n)]
        for q in (1, 2, 3, 5, n, 2 * n, 10):
            p = pd.DataFrame({"recency": r, "frequency": f, "monetary": m}, index=names)
            before = p.copy()
            out = fn(p, q)
            if not p.equals(before) or out.index.tolist() != names:
                return False
            for column, want in (
                ("R", expected(r, q, True)),
                ("F", expected(f, q, False)),
                ("M", expected(m, q, False)),
            ):
                if out[column].tolist() != want or out[column].dtype.kind not in "iu":
                    return False
    return True


def kill_rfm__right_frames_no_dtype(fn):
    for p, q in _cases():
        keep = p.copy()
        try:
            out = fn(p, q)
            pd.testing.assert_frame_equal(out, _rfm(keep, q), check_dtype=False, check_names=False)
            pd.testing.assert_frame_equal(p, keep)
        except AssertionError:
            return False
        if any(t.kind == "f" for t in out.dtypes):
            return False
    p = pd.DataFrame(
        {
            "recency": np.array([0, 1, 2, 9], "uint8"),
            "frequency": [1, 2, 2, 3],
            "monetary": np.array([1, 2, 3, 4], "float32"),
        }
    )
    return bool((fn(p, 4).to_numpy() == _rfm(p.astype(float), 4).to_numpy()).all())


_EXAMPLE = {"recency": [30, 20, 10, 1], "frequency": [1, 1, 4, 9], "monetary": [5, 6, 7, 8]}


def kill_rfm__wrong_only_example(fn):
    """Only the docstring example, on which all planted mistakes are right."""
    return fn(pd.DataFrame(_EXAMPLE), 5).values.tolist() == [
        [1, 1, 1],
        [2, 1, 2],
        [3, 3, 3],
        [4, 4, 4],
    ]


def kill_rfm__wrong_always_true(fn):
    """Accepts everything."""
    return True


def kill_rfm__wrong_range_only(fn):
    """Checks only that scores are from 1 to q and the shape is right; wrong ranks pass."""
    p, q = next(iter(_cases()))
    out = fn(p, q)
    return out.shape == (len(p), 3) and bool(((out >= 1) & (out <= q)).all(axis=None))


def kill_rfm__wrong_no_ties(fn):
    """Random numbers without ties, default index and q = 5 only: mistakes in ties, index, q and exactness pass."""
    rng = np.random.default_rng(0)
    p = pd.DataFrame(
        {
            "recency": rng.permutation(50) + 1,
            "frequency": rng.permutation(50),
            "monetary": rng.random(50) * 100,
        }
    )
    return bool((fn(p, 5).to_numpy() == _rfm(p, 5).to_numpy()).all())


def kill_rfm__wrong_all_classes_used(fn):
    """Demands that every score from 1 to q occurs, which is false when many households tie: it rejects right ones."""
    for p, q in _cases():
        out = fn(p, q)
        if any(set(out[c]) != set(range(1, q + 1)) for c in "RFM"):
            return False
    return True


def kill_rfm__wrong_sums_only(fn):
    """Compares the column sums on two tables: exchanged scores, a lost index and changed input pass."""
    for q in (5, 4):
        p = pd.DataFrame(_EXAMPLE)
        if fn(p, q).to_numpy().sum() != _rfm(p, q).to_numpy().sum():
            return False
    return True


def kill_rfm__wrong_monotone_only(fn):
    """Checks that more money never has a lower score, and the like; wrong counts, a lost index and split ties partly pass."""
    p, q = list(_cases())[1]
    out = fn(p, q)
    for col, score, sign in (("recency", "R", -1), ("frequency", "F", 1), ("monetary", "M", 1)):
        s = out[score].to_numpy()[np.argsort(sign * p[col].to_numpy(), kind="stable")]
        if (np.diff(s) < 0).any():
            return False
    return True


def kill_rfm__wrong_against_qcut(fn):
    """Compares with quantile cuts, another definition: it rejects right ones."""
    rng = np.random.default_rng(0)
    p = pd.DataFrame(
        {
            "recency": rng.permutation(52) + 1,
            "frequency": rng.permutation(52),
            "monetary": rng.random(52),
        }
    )
    out = fn(p, 5)
    return bool((out["M"] == pd.qcut(p["monetary"], 5, labels=False) + 1).all())


def kill_rfm__wrong_expects_error(fn):
    """Demands a ValueError for q = 0, which the contract does not promise: right ones are rejected."""
    try:
        fn(pd.DataFrame(_EXAMPLE), 0)
    except ValueError:
        return all(_same(fn, p, q) for p, q in _cases())
    return False


def kill_rfm__wrong_money_only(fn):
    """Looks only at M: mistakes in R or F pass."""
    p = pd.DataFrame(
        {"recency": [1, 2, 3, 3], "frequency": [1, 1, 2, 2], "monetary": [1.0, 1.0, 2.0, 3.0]}
    )
    return fn(p, 5)["M"].tolist() == [1, 1, 3, 4]


# ------------------------------------------------------------------ coverage_by_value
def _m(monetary, q):
    b = monetary.rank(method="min").astype("int64") - 1
    return 1 + q * b // max(len(monetary), 1)


def coverage_by_value__right_reindex(monetary, has_demo, q=5):
    known = has_demo.reindex(monetary.index, fill_value=False).astype(bool)
    return known.groupby(_m(monetary, q)).mean().reindex(range(1, q + 1)).astype(float)


def coverage_by_value__right_loop(monetary, has_demo, q=5):
    values = monetary.tolist()
    yes, all_ = [0] * (q + 1), [0] * (q + 1)
    flags = has_demo.to_dict()
    for name, v in monetary.items():
        c = 1 + q * sum(w < v for w in values) // len(values)
        all_[c] += 1
        yes[c] += bool(flags.get(name, False))
    return pd.Series(
        {c: yes[c] / all_[c] if all_[c] else float("nan") for c in range(1, q + 1)}, dtype=float
    )


def coverage_by_value__right_isin(monetary, has_demo, q=5):
    names = has_demo.index[has_demo.to_numpy(bool)]
    c = _m(monetary, q).to_numpy()
    hit = monetary.index.isin(names)
    n = np.bincount(c, minlength=q + 1)[1:].astype(float)
    n[n == 0] = np.nan
    return pd.Series(
        np.bincount(c, weights=hit, minlength=q + 1)[1:] / n, index=np.arange(1, q + 1)
    )


def coverage_by_value__right_left_join(monetary, has_demo, q=5):
    frame = monetary.to_frame("money").join(has_demo.rename("demo"), how="left")
    frame["demo"] = (frame["demo"] == True).astype(float)  # noqa: E712
    frame["class"] = _m(monetary, q)
    return frame.groupby("class")["demo"].mean().reindex(pd.RangeIndex(1, q + 1))


def coverage_by_value__unsure_float_index(monetary, has_demo, q=5):
    out = coverage_by_value__right_loop(monetary, has_demo, q)
    return out.set_axis(out.index.astype(float))


def coverage_by_value__wrong_inner_join(monetary, has_demo, q=5):
    """Joins only the households that are in has_demo: the denominator misses everybody else, and coverage is near 1."""
    frame = pd.concat(
        [_m(monetary, q).rename("class"), has_demo.rename("demo")], axis=1, join="inner"
    )
    return frame.groupby("class")["demo"].mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_class_after_join(monetary, has_demo, q=5):
    """Computes the classes among the households of has_demo only, not among all."""
    common = monetary.index.intersection(has_demo.index)
    m = monetary.loc[common]
    return has_demo.loc[common].astype(float).groupby(_m(m, q)).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_by_position(monetary, has_demo, q=5):
    """Joins by position, not by name: wrong as soon as has_demo is in another order or shorter."""
    flags = np.zeros(len(monetary), bool)
    values = has_demo.to_numpy(bool)[: len(monetary)]
    flags[: len(values)] = values
    return (
        pd.Series(flags, index=monetary.index)
        .groupby(_m(monetary, q))
        .mean()
        .reindex(range(1, q + 1))
    )


def coverage_by_value__wrong_nan_is_true(monetary, has_demo, q=5):
    """reindex without a fill value, then astype(bool): NaN becomes True, so a household that is not listed counts as known."""
    known = has_demo.astype(object).reindex(monetary.index).astype(bool)
    return known.groupby(_m(monetary, q)).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_nan_skipped(monetary, has_demo, q=5):
    """reindex without a fill value: mean() skips NaN, so households that are not listed drop out of the denominator."""
    known = has_demo.astype(float).reindex(monetary.index)
    return known.groupby(_m(monetary, q)).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_listed_is_known(monetary, has_demo, q=5):
    """Takes every household in the index of has_demo for known, also those with False."""
    known = pd.Series(monetary.index.isin(has_demo.index), index=monetary.index)
    return known.groupby(_m(monetary, q)).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_empty_class_missing(monetary, has_demo, q=5):
    """A class without households has no row, instead of NaN."""
    known = has_demo.reindex(monetary.index, fill_value=False)
    return known.astype(float).groupby(_m(monetary, q)).mean()


def coverage_by_value__wrong_empty_class_zero(monetary, has_demo, q=5):
    """A class without households gets 0, not NaN."""
    known = has_demo.reindex(monetary.index, fill_value=False)
    return (
        known.astype(float).groupby(_m(monetary, q)).mean().reindex(range(1, q + 1), fill_value=0.0)
    )


def coverage_by_value__wrong_share_of_demographics(monetary, has_demo, q=5):
    """The share of the known households that are in the class, not the share of the class that is known: the wrong denominator."""
    known = has_demo.reindex(monetary.index, fill_value=False).astype(float)
    counts = known.groupby(_m(monetary, q)).sum().reindex(range(1, q + 1))
    return counts / known.sum()


def coverage_by_value__wrong_of_all(monetary, has_demo, q=5):
    """Divides by the number of all households, not by those of the class."""
    known = has_demo.reindex(monetary.index, fill_value=False).astype(float)
    return known.groupby(_m(monetary, q)).sum().reindex(range(1, q + 1)) / len(monetary)


def coverage_by_value__wrong_equal_parts(monetary, has_demo, q=5):
    """Cuts the order into equal parts and so separates ties: households with equal money are in different classes."""
    known = has_demo.reindex(monetary.index, fill_value=False).astype(float)
    cls = 1 + q * (monetary.rank(method="first").astype(int) - 1) // len(monetary)
    return known.groupby(cls).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_qcut(monetary, has_demo, q=5):
    """Quantile cuts, not the score M: other classes with ties, and fewer of them."""
    known = has_demo.reindex(monetary.index, fill_value=False).astype(float)
    cls = pd.qcut(monetary, q, labels=False, duplicates="drop") + 1
    return known.groupby(cls).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_strangers_counted(monetary, has_demo, q=5):
    """An outer join with money filled by 0: names that are not in monetary come in as households of the lowest class."""
    names = monetary.index.union(has_demo.index)
    m = monetary.reindex(names, fill_value=0.0)
    known = has_demo.reindex(names, fill_value=False).astype(float)
    return known.groupby(_m(m, q)).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_from_zero(monetary, has_demo, q=5):
    """The classes are numbered from 0, not from 1."""
    known = has_demo.reindex(monetary.index, fill_value=False).astype(float)
    return known.groupby(_m(monetary, q) - 1).mean().reindex(range(q))


def coverage_by_value__wrong_best_is_one(monetary, has_demo, q=5):
    """Class 1 is the class that spent most: the order is turned round."""
    known = has_demo.reindex(monetary.index, fill_value=False).astype(float)
    cls = 1 + q * (monetary.rank(method="min", ascending=False).astype(int) - 1) // len(monetary)
    return known.groupby(cls).mean().reindex(range(1, q + 1))


# What each wrong answer may be told: everything that the misconception says is true of it.


def _bp_profile(lines, ids, asof, defect=None):
    low = -(10**9) if defect == "no_window" else asof - 30
    high = asof if defect == "asof_day_included" else asof - 1
    end = max((day for _, _, day, _, _ in lines), default=asof)
    rows = []
    for one in ids:
        mine = [x for x in lines if x[0] == one and low <= x[2] <= high]
        if not mine:
            if defect != "silent_households_dropped":
                rows.append((0, 0.0, 30))
            continue
        baskets = len(mine) if defect == "lines_for_baskets" else len({x[1] for x in mine})
        money = sum(x[3] if defect == "quantity_for_money" else x[4] for x in mine)
        to = end if defect == "recency_from_last_day" else asof
        rows.append((baskets, float(money), to - max(x[2] for x in mine)))
    return rows


def _bp_table():
    one = (1, 1, 95, 1, 4.0)
    return {
        "lines_for_baskets": ([one, (1, 1, 95, 1, 2.0)], [1], 100),
        "recency_from_last_day": ([one], [1], 100),
        "silent_households_dropped": ([one], [1, 2], 100),
        "quantity_for_money": ([one], [1], 100),
        "asof_day_included": ([one, (1, 2, 100, 1, 2.0)], [1], 100),
        "no_window": ([one, (1, 2, 69, 1, 2.0)], [1], 100),
    }


def _bp_patched(defect, **patch):
    return {**_bp_table(), **patch}[defect]


def break_profile__right_table(defect):
    """A look-up table: one household, one more line for each defect."""
    return _bp_table()[defect]


def break_profile__right_one_for_all(defect):
    """The same purchases break all six defects."""
    lines = [
        (1, 1, 95, 2, 4.0),
        (1, 1, 95, 1, 3.5),
        (1, 2, 100, 1, 1.0),
        (1, 3, 60, 1, 9.0),
        (9, 9, 103, 1, 1.0),
    ]
    return lines, [2, 1], 100


def break_profile__right_random_search(defect):
    """Draws purchases until its own flawed profile differs from its own right one."""
    rng = random.Random(7)
    while True:
        asof = rng.randint(40, 60)
        lines = [
            (
                rng.randint(1, 3),
                rng.randint(1, 4),
                rng.randint(0, 65),
                rng.randint(1, 5),
                rng.randint(1, 99) / 4,
            )
            for _ in range(rng.randint(1, 10))
        ]
        ids = rng.sample([1, 2, 3, 4], 3)
        if _bp_profile(lines, ids, asof) != _bp_profile(lines, ids, asof, defect):
            return lines, ids, asof


def break_profile__right_only_old_or_late(defect):
    """The described household has no line in the window, where that is enough."""
    return {
        "asof_day_included": ([(3, 1, 50, 1, 2.0)], [3], 50),
        "no_window": ([(3, 1, 2, 1, 2.0)], [3, 4], 50),
        "silent_households_dropped": ([(3, 1, 50, 1, 2.0), (3, 2, 19, 1, 2.0)], [3], 50),
        "recency_from_last_day": ([(3, 1, 40, 1, 2.0), (8, 2, 51, 1, 2.0)], [3], 50),
        "quantity_for_money": ([(3, 1, 40, 3, 2.0)] * 10, [3], 50),
        "lines_for_baskets": ([(3, 1, 40, 3, 2.0)] * 10, [3], 50),
    }[defect]


def break_profile__wrong_window_edge(defect):
    """no_window: day 70 is asof - 30, so it is inside the window and both read it."""
    return _bp_patched(defect, no_window=([(1, 1, 95, 1, 4.0), (1, 2, 70, 1, 2.0)], [1], 100))


def break_profile__wrong_day_before_asof_once_more(defect):
    """asof_day_included: the line is of asof - 1, which both read."""
    return _bp_patched(
        defect, asof_day_included=([(1, 1, 95, 1, 4.0), (1, 2, 99, 1, 2.0)], [1], 100)
    )


def break_profile__wrong_last_day_is_asof_once_more(defect):
    """recency_from_last_day: the largest day is asof itself, so both count to asof."""
    return _bp_patched(
        defect, recency_from_last_day=([(1, 1, 95, 1, 4.0), (2, 2, 100, 1, 2.0)], [1], 100)
    )


def break_profile__wrong_sums_equal(defect):
    """quantity_for_money: 1 + 4 pieces and 4.0 + 1.0 USD have the same sum."""
    return _bp_patched(
        defect, quantity_for_money=([(1, 1, 95, 1, 4.0), (1, 2, 96, 4, 1.0)], [1], 100)
    )


def break_profile__wrong_basket_shared(defect):
    """lines_for_baskets: the two lines of one basket belong to two households, one line each."""
    return _bp_patched(
        defect, lines_for_baskets=([(1, 1, 95, 1, 4.0), (2, 1, 95, 1, 2.0)], [1, 2], 100)
    )


def break_profile__wrong_silent_on_edge(defect):
    """silent_households_dropped: household 2 bought on asof - 30, so it is not silent."""
    return _bp_patched(
        defect,
        silent_households_dropped=([(1, 1, 95, 1, 4.0), (2, 2, 70, 1, 2.0)], [1, 2], 100),
    )


def break_profile__wrong_silent_not_asked_once_more(defect):
    """silent_households_dropped: the silent household 2 is not in ids."""
    return _bp_patched(
        defect, silent_households_dropped=([(1, 1, 95, 1, 4.0), (2, 2, 60, 1, 2.0)], [1], 100)
    )


def break_profile__wrong_old_line_of_other_once_more(defect):
    """no_window: the old line is of household 2, which is not in ids."""
    return _bp_patched(defect, no_window=([(1, 1, 95, 1, 4.0), (2, 2, 60, 1, 2.0)], [1], 100))


def break_profile__wrong_asof_line_of_other(defect):
    """asof_day_included: the line of day asof is of household 2, which is not in ids."""
    return _bp_patched(
        defect, asof_day_included=([(1, 1, 95, 1, 4.0), (2, 2, 100, 1, 2.0)], [1], 100)
    )


def break_profile__wrong_old_line_adds_nothing(defect):
    """no_window: the old line is of the same basket, free, and older: no value changes."""
    return _bp_patched(defect, no_window=([(1, 1, 95, 1, 4.0), (1, 1, 60, 1, 0.0)], [1], 100))


def break_profile__wrong_recency_of_silent(defect):
    """recency_from_last_day: the only described household is silent: (0, 0.0, 30) in both."""
    return _bp_patched(
        defect, recency_from_last_day=([(1, 1, 60, 1, 4.0), (2, 2, 104, 1, 2.0)], [1], 100)
    )


def break_profile__wrong_money_outside(defect):
    """quantity_for_money: quantity and sales differ only on a line of day asof, which is not read."""
    return _bp_patched(
        defect, quantity_for_money=([(1, 1, 95, 4, 4.0), (1, 2, 100, 1, 9.0)], [1], 100)
    )


def break_profile__wrong_eleven_lines(defect):
    """no_window: breaks the defect, but with 11 lines."""
    lines = [(1, 1, 95, 1, 4.0)] + [(1, 2 + i, 69 - i, 1, 2.0) for i in range(10)]
    return _bp_patched(defect, no_window=(lines, [1], 100))


def break_profile__wrong_ids_of_lines(defect):
    """silent_households_dropped: ids are taken from the lines, one for each, so 1 comes twice."""
    lines = [(1, 1, 95, 1, 4.0), (1, 2, 96, 1, 2.0), (2, 3, 60, 1, 2.0)]
    return _bp_patched(defect, silent_households_dropped=(lines, [line[0] for line in lines], 100))


def to_local_day__right_plain(ts, tz="America/New_York"):
    """Localise, convert, remove the zone, normalise."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def to_local_day__right_zoneinfo_loop(ts, tz="America/New_York"):
    """One stamp at a time with the standard library."""
    zone = ZoneInfo(tz)
    days = []
    for stamp in ts:
        if pd.isna(stamp):
            days.append(pd.NaT)
            continue
        utc = stamp.to_pydatetime(warn=False).replace(tzinfo=timezone.utc)
        local = utc.astimezone(zone)
        days.append(pd.Timestamp(local.year, local.month, local.day))
    return pd.Series(days, index=ts.index, dtype="datetime64[ns]", name=ts.name)


def to_local_day__right_period(ts, tz="America/New_York"):
    """By way of daily periods."""
    local = pd.DatetimeIndex(ts).tz_localize("UTC").tz_convert(tz).tz_localize(None)
    return pd.Series(local.to_period("D").to_timestamp(), index=ts.index, name=ts.name)


def to_local_day__right_offsets(ts, tz="America/New_York"):
    """Adds the offset of each stamp and cuts with numpy's days."""
    aware = ts.dt.tz_localize("UTC").dt.tz_convert(tz)
    offset = aware.dt.tz_localize(None) - ts
    days = (ts + offset).to_numpy().astype("datetime64[D]").astype("datetime64[s]")
    return pd.Series(days, index=ts.index, name=ts.name)


def to_local_day__right_text(ts, tz="America/New_York"):
    """Writes the local date as text and reads it again."""
    local = ts.dt.tz_localize("UTC").dt.tz_convert(tz)
    text = [None if pd.isna(x) else x.strftime("%Y-%m-%d") for x in local]
    days = pd.to_datetime(pd.Series(text, index=ts.index, dtype=object), format="%Y-%m-%d")
    return days.rename(ts.name)


def to_local_day__wrong_not_midnight(ts, tz="America/New_York"):
    """Keeps the time of day: 2017-01-10 04:30 gives 2017-01-09 23:30."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None)


def to_local_day__wrong_aware(ts, tz="America/New_York"):
    """The result still carries the zone: any stamp."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.normalize()


def to_local_day__wrong_tz_ignored(ts, tz="America/New_York"):
    """Always New York: 2017-01-10 07:30 with tz America/Los_Angeles is 2017-01-09."""
    local = ts.dt.tz_localize("UTC").dt.tz_convert("America/New_York")
    return local.dt.tz_localize(None).dt.normalize()


def to_local_day__wrong_nat_dropped_once_more(ts, tz="America/New_York"):
    """Rows of NaT are dropped: [2017-01-10, NaT] gives one row."""
    return to_local_day__right_plain(ts.dropna(), tz)


def to_local_day__wrong_new_index_once_more(ts, tz="America/New_York"):
    """The index is 0, 1, ...: index [7, 3] is lost."""
    return to_local_day__right_plain(ts, tz).reset_index(drop=True)


def to_local_day__wrong_in_place(ts, tz="America/New_York"):
    """Writes the days into the argument: ts is changed."""
    ts.iloc[:] = to_local_day__right_plain(ts, tz).to_numpy()
    return ts


def to_local_day__wrong_nat_filled(ts, tz="America/New_York"):
    """NaT gets the day of the row before: [2017-01-10, NaT]."""
    return to_local_day__right_plain(ts.ffill(), tz)


def to_local_day__wrong_summer_by_month_once_more(ts, tz="America/New_York"):
    """Summer time by whole months, March to October: 2017-03-05 04:30 is 2017-03-04."""
    zone = ZoneInfo(tz)
    winter = pd.Timedelta(datetime(2017, 1, 15, tzinfo=zone).utcoffset())
    summer = pd.Timedelta(datetime(2017, 7, 15, tzinfo=zone).utcoffset())
    offset = pd.Series(np.where(ts.dt.month.between(3, 10), summer, winter), index=ts.index)
    return (ts + offset).dt.normalize()


def to_local_day__wrong_offset_at_noon(ts, tz="America/New_York"):
    """One offset for each UTC day, that of noon: 2017-03-12 04:30 is 2017-03-11."""
    noon = ts.dt.normalize() + pd.Timedelta(hours=12)
    offset = noon.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None) - noon
    return (ts + offset).dt.normalize()


def to_local_day__wrong_labels_once(ts, tz="America/New_York"):
    """Collects the days in a dict by label: index [1, 1] gives one row."""
    days = {
        label: x.tz_localize("UTC").tz_convert(tz).tz_localize(None).normalize()
        for label, x in ts.items()
    }
    return pd.Series(days, dtype="datetime64[ns]")


def to_local_day__wrong_whole_hours(ts, tz="America/New_York"):
    """The offset is cut to whole hours: 2017-01-10 18:45 in Asia/Kolkata is 2017-01-11."""
    offset = ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None) - ts
    hours = offset.dt.total_seconds() // 3600
    return (ts + pd.to_timedelta(hours, unit="h")).dt.normalize()


def to_local_day__wrong_always_behind(ts, tz="America/New_York"):
    """Takes every zone for behind UTC: 2017-01-10 18:00 in Asia/Shanghai is 2017-01-11."""
    offset = ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None) - ts
    return (ts - offset.abs()).dt.normalize()


def to_local_day__wrong_nat_last(ts, tz="America/New_York"):
    """Puts the NaT rows at the end: [NaT, 2017-01-10] changes its order."""
    known, missing = ts[ts.notna()], ts[ts.isna()]
    return pd.concat([to_local_day__right_plain(known, tz), missing])


def leak_audit__right_mask(feature_log, label_start):
    """One comparison, distinct names, sorted."""
    late = feature_log["source_time"] >= label_start
    return sorted(feature_log.loc[late, "feature"].unique().tolist())


def leak_audit__right_latest(feature_log, label_start):
    """The latest record of each feature decides."""
    latest = feature_log.groupby("feature", sort=True)["source_time"].max()
    return latest.index[(latest >= label_start).to_numpy()].tolist()


def leak_audit__right_loop_tuple(feature_log, label_start):
    """A plain loop that returns a tuple."""
    found = set()
    for name, time in zip(feature_log["feature"], feature_log["source_time"]):
        if not pd.isna(time) and not time < label_start:
            found.add(name)
    return tuple(sorted(found))


def leak_audit__right_array(feature_log, label_start):
    """numpy throughout; returns an array."""
    times = feature_log["source_time"].to_numpy()
    names = np.asarray(feature_log["feature"].tolist(), dtype=object)
    return np.unique(names[times >= label_start.to_datetime64()])


def leak_audit__right_bisect(feature_log, label_start):
    """Sorts the records by time, bisects, and inserts each new name at its place."""
    known = sorted(
        (time, name)
        for time, name in zip(feature_log["source_time"], feature_log["feature"])
        if time is not pd.NaT
    )
    start = bisect_left([time for time, _ in known], label_start)
    names = []
    for _, name in known[start:]:
        place = bisect_left(names, name)
        if place == len(names) or names[place] != name:
            names.insert(place, name)
    return names


def leak_audit__wrong_strictly_later(feature_log, label_start):
    """A record at label_start itself is not counted: one record at 2017-03-01."""
    late = feature_log["source_time"] > label_start
    return sorted(feature_log.loc[late, "feature"].unique())


def leak_audit__wrong_order_of_rows(feature_log, label_start):
    """In the order of the rows: 'b' leaks in row 0 and 'a' in row 1."""
    late = feature_log["source_time"] >= label_start
    return feature_log.loc[late, "feature"].unique().tolist()


def leak_audit__wrong_repeated_once_more(feature_log, label_start):
    """A name for each leaking record: 'a' leaks twice."""
    return sorted(feature_log.loc[feature_log["source_time"] >= label_start, "feature"])


def leak_audit__wrong_last_row_once_more(feature_log, label_start):
    """Only the last row of each feature is looked at: 'a' 2017-03-05, then 'a' 2017-02-01."""
    last = feature_log.drop_duplicates("feature", keep="last")
    return sorted(last.loc[last["source_time"] >= label_start, "feature"])


def leak_audit__wrong_nat_counts(feature_log, label_start):
    """NaT is not before label_start, so it counts: one record with NaT."""
    late = ~(feature_log["source_time"] < label_start)
    return sorted(feature_log.loc[late, "feature"].unique())


def leak_audit__wrong_nat_hides(feature_log, label_start):
    """The maximum of a feature with a NaT is NaT: 'a' with 2017-03-05 and NaT is not named."""
    return [
        name
        for name, times in feature_log.groupby("feature")["source_time"]
        if times.max(skipna=False) >= label_start
    ]


def leak_audit__wrong_whole_days(feature_log, label_start):
    """Compares days: a record at 08:00 with label_start at 12:00 of the same day."""
    late = feature_log["source_time"].dt.normalize() >= label_start.normalize()
    return sorted(feature_log.loc[late, "feature"].unique())


def leak_audit__wrong_record_cut_to_day(feature_log, label_start):
    """Cuts only the records to days: a record at 15:00 with label_start at 12:00 is missed."""
    late = feature_log["source_time"].dt.normalize() >= label_start
    return sorted(feature_log.loc[late, "feature"].unique())


def leak_audit__wrong_most_records(feature_log, label_start):
    """Names features of which at least half of the records leak: one late record of three."""
    late = feature_log["source_time"] >= label_start
    share = late.groupby(feature_log["feature"]).mean()
    return share.index[share >= 0.5].tolist()


def leak_audit__wrong_range_index(feature_log, label_start):
    """Uses positions as labels: two rows with index [1, 0]."""
    rows = np.flatnonzero(feature_log["source_time"] >= label_start)
    return sorted({feature_log["feature"][row] for row in rows})


def leak_audit__wrong_names_cut(feature_log, label_start):
    """Keeps names in an array of eight letters: 'recency_56' becomes 'recency_'."""
    names = np.array(feature_log["feature"].tolist(), dtype="U8")
    late = (feature_log["source_time"] >= label_start).to_numpy()
    return np.unique(names[late]).tolist()


def leak_audit__wrong_stops_at_nat(feature_log, label_start):
    """Leaves the loop at the first NaT: rows after it are not read."""
    found = set()
    for name, time in zip(feature_log["feature"], feature_log["source_time"]):
        if pd.isna(time):
            break
        if time >= label_start:
            found.add(name)
    return sorted(found)


def leak_audit__wrong_by_count(feature_log, label_start):
    """Most leaking first, not alphabetical: 'a' leaks once and 'b' twice."""
    late = feature_log.loc[feature_log["source_time"] >= label_start, "feature"]
    counts = Counter(late)
    return sorted(counts, key=lambda name: (-counts[name], name))


def _statuses(pairs):
    names = [name for name, _ in pairs]
    values = ["active" if active else "silent" for _, active in pairs]
    return pd.Series(values, index=pd.Index(names, dtype="int64"), dtype="str")


def population_asof__right_groupby_once_more(tx, asof, window=56):
    """Filters by both times, then the latest day of each household decides."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts.groupby("household_id")["day"].max()
    active = last >= asof - pd.Timedelta(days=window)
    return active.map({True: "active", False: "silent"}).astype("str")


def population_asof__right_loop(tx, asof, window=56):
    """A loop over rows and a dict."""
    status = {}
    for household, day, known in zip(tx["household_id"], tx["day"], tx["known"]):
        if pd.isna(known) or known >= asof or day >= asof:
            continue
        status[household] = status.get(household, False) or (asof - day).days <= window
    return _statuses(sorted(status.items()))


def population_asof__right_sets_once_more(tx, asof, window=56):
    """Two sets: all that count, and those of the window."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    recent = counts["day"] > asof - pd.Timedelta(days=window + 1)
    active = set(counts.loc[recent, "household_id"])
    return _statuses([(h, h in active) for h in sorted(set(counts["household_id"]))])


def population_asof__right_sorted(tx, asof, window=56):
    """Sorts by household and day and keeps the last row of each household."""
    counts = tx.loc[tx[["day", "known"]].max(axis=1, skipna=False) < asof]
    last = counts.sort_values(["household_id", "day"]).drop_duplicates("household_id", keep="last")
    ages = (asof - last["day"]).dt.days.to_numpy()
    return pd.Series(
        np.where(ages > window, "silent", "active"),
        index=pd.Index(last["household_id"].to_numpy(), dtype="int64"),
        dtype=object,
    )


def population_asof__right_sqlite(tx, asof, window=56):
    """Asks a database in memory, with days as numbers."""
    base = sqlite3.connect(":memory:")
    base.execute("create table t (h integer, age real, wait real)")
    one = pd.Timedelta(days=1)
    base.executemany(
        "insert into t values (?, ?, ?)",
        [
            (int(h), (asof - day) / one, None if pd.isna(known) else (asof - known) / one)
            for h, day, known in zip(tx["household_id"], tx["day"], tx["known"])
        ],
    )
    rows = base.execute(
        "select h, min(age) <= ? from t where age > 0 and wait > 0 group by h order by h",
        (int(window),),
    ).fetchall()
    base.close()
    return _statuses(rows)


def _population(tx, asof, window, population, recent):
    """Status of the households of ``population`` rows; active with a row of ``recent``."""
    active = set(tx.loc[recent, "household_id"])
    return _statuses([(h, h in active) for h in sorted(set(tx.loc[population, "household_id"]))])


def _parts(tx, asof, window):
    start = asof - pd.Timedelta(days=window)
    return tx["day"] < asof, tx["known"] < asof, tx["day"] >= start


def population_asof__wrong_population_unknown(tx, asof, window=56):
    """The population is made of all purchases before asof: one that arrived later is 'silent'."""
    past, known, recent = _parts(tx, asof, window)
    return _population(tx, asof, window, past, past & known & recent)


def population_asof__wrong_advance_order(tx, asof, window=56):
    """The population is all that was known: an order known before asof for a later day."""
    past, known, recent = _parts(tx, asof, window)
    return _population(tx, asof, window, known, past & known & recent)


def population_asof__wrong_known_at_asof_once_more(tx, asof, window=56):
    """known <= asof: a record of 28 June that arrived at midnight of asof counts."""
    past, _, recent = _parts(tx, asof, window)
    counts = past & (tx["known"] <= asof)
    return _population(tx, asof, window, counts, counts & recent)


def population_asof__wrong_lower_border(tx, asof, window=56):
    """The day asof - window is left out: one record of that day is 'silent'."""
    past, known, _ = _parts(tx, asof, window)
    recent = tx["day"] > asof - pd.Timedelta(days=window)
    return _population(tx, asof, window, past & known, past & known & recent)


def population_asof__wrong_day_too_many(tx, asof, window=56):
    """The day asof - window - 1 is in the window: one record of that day is 'active'."""
    past, known, _ = _parts(tx, asof, window)
    recent = tx["day"] >= asof - pd.Timedelta(days=window + 1)
    return _population(tx, asof, window, past & known, past & known & recent)


def population_asof__wrong_asof_day(tx, asof, window=56):
    """day <= asof: a purchase for the day asof that was known the day before counts."""
    _, known, recent = _parts(tx, asof, window)
    counts = (tx["day"] <= asof) & known
    return _population(tx, asof, window, counts, counts & recent)


def population_asof__wrong_nat_arrived(tx, asof, window=56):
    """NaT in known passes: one record with day before asof and known NaT."""
    past, _, recent = _parts(tx, asof, window)
    counts = past & ~(tx["known"] >= asof)
    return _population(tx, asof, window, counts, counts & recent)


def population_asof__wrong_window_ignored(tx, asof, window=56):
    """Always 56 days: with window=7 a purchase ten days ago is 'active'."""
    past, known, recent = _parts(tx, asof, 56)
    return _population(tx, asof, window, past & known, past & known & recent)


def population_asof__wrong_order_of_rows(tx, asof, window=56):
    """Households in the order of rows: household 2, then 1."""
    past, known, recent = _parts(tx, asof, window)
    active = set(tx.loc[past & known & recent, "household_id"])
    return _statuses([(h, h in active) for h in tx.loc[past & known, "household_id"].unique()])


def population_asof__wrong_last_row_once_more(tx, asof, window=56):
    """The last row of each household decides: a recent purchase, then in the next row an old one."""
    past, known, _ = _parts(tx, asof, window)
    last = tx[past & known].drop_duplicates("household_id", keep="last")
    recent = last["day"] >= asof - pd.Timedelta(days=window)
    return _statuses(sorted(zip(last["household_id"], recent)))


def population_asof__wrong_window_of_arrival(tx, asof, window=56):
    """The window reads known: a purchase of 90 days ago that arrived yesterday is 'active'."""
    past, known, _ = _parts(tx, asof, window)
    recent = tx["known"] >= asof - pd.Timedelta(days=window)
    return _population(tx, asof, window, past & known, past & known & recent)


def population_asof__wrong_sorts_in_place(tx, asof, window=56):
    """Sorts the argument: tx with days in falling order is changed."""
    tx.sort_values(["household_id", "day"], inplace=True)
    return population_asof__right_groupby_once_more(tx, asof, window)


def population_asof__wrong_two_records(tx, asof, window=56):
    """Each time is tested on another record: one bought early and known late, one known early for a
    later day."""
    first = tx.groupby("household_id")[["day", "known"]].min()
    inside = first.index[(first["day"] < asof) & (first["known"] < asof)]
    past, known, recent = _parts(tx, asof, window)
    return _population(tx, asof, window, tx["household_id"].isin(inside), past & known & recent)


def population_asof__wrong_known_last_evening(tx, asof, window=56):
    """known <= asof - 1 day: a record that arrived at 15:00 of the day before asof is missed."""
    past, _, recent = _parts(tx, asof, window)
    counts = past & (tx["known"] <= asof - pd.Timedelta(days=1))
    return _population(tx, asof, window, counts, counts & recent)


def _score_m(monetary, q):
    """The exact score M: 1 + floor(q b / n), b strictly worse."""
    values = np.asarray(monetary, dtype=float)
    worse = np.searchsorted(np.sort(values), values, side="left")
    return pd.Series(1 + q * worse // max(len(values), 1), index=monetary.index, dtype="int64")


def _shares(score, listed, q):
    """Mean of ``listed`` (array of bool) in each class."""
    share = pd.Series(np.asarray(listed, dtype=float)).groupby(np.asarray(score)).mean()
    return share.reindex(range(1, q + 1))


def _listed(monetary, has_demo):
    return monetary.index.isin(has_demo.index[has_demo.to_numpy(dtype=bool)])


def coverage_by_value__right_rank(monetary, has_demo, q=5):
    """Ranks with equal places, integer division, reindex, mean."""
    worse = monetary.rank(method="min").astype("int64") - 1
    score = 1 + q * worse // max(len(monetary), 1)
    listed = has_demo.reindex(monetary.index, fill_value=False).astype(float)
    return listed.groupby(score).mean().reindex(range(1, q + 1))


def coverage_by_value__right_fractions(monetary, has_demo, q=5):
    """Plain loops and exact fractions."""
    values, names, demo = monetary.tolist(), monetary.index.tolist(), has_demo.to_dict()
    members = defaultdict(list)
    for name, value in zip(names, values):
        worse = sum(other < value for other in values)
        members[1 + math.floor(Fraction(q * worse, len(values)))].append(bool(demo.get(name)))
    shares = [
        sum(members[c]) / len(members[c]) if members[c] else math.nan for c in range(1, q + 1)
    ]
    return pd.Series(shares, index=list(range(1, q + 1)), dtype=float)


def coverage_by_value__right_bincount(monetary, has_demo, q=5):
    """Two counts by numpy; the labels are floats, as the statement allows."""
    score = _score_m(monetary, q).to_numpy()
    everybody = np.bincount(score, minlength=q + 1)[1:]
    known = np.bincount(score[_listed(monetary, has_demo)], minlength=q + 1)[1:]
    shares = np.full(q, np.nan)
    np.divide(known, everybody, out=shares, where=everybody > 0)
    return pd.Series(shares, index=np.arange(1.0, q + 1))


def coverage_by_value__right_thresholds(monetary, has_demo, q=5):
    """Walks through the sorted values and gives each run of equal values its class."""
    demo = set(has_demo.index[has_demo.to_numpy(dtype=bool)])
    n, seen = len(monetary), 0
    size, known = [0] * (q + 1), [0] * (q + 1)
    pairs = sorted(zip(monetary.tolist(), [name in demo for name in monetary.index]))
    for _, run in groupby(pairs, key=lambda pair: pair[0]):
        run = [listed for _, listed in run]
        size[1 + q * seen // n] += len(run)
        known[1 + q * seen // n] += sum(run)
        seen += len(run)
    return pd.Series({c: known[c] / size[c] if size[c] else np.nan for c in range(1, q + 1)})


def coverage_by_value__right_sqlite(monetary, has_demo, q=5):
    """A window function of SQL; names are replaced by positions first."""
    base = sqlite3.connect(":memory:")
    base.execute("create table t (m real, d integer)")
    flags = _listed(monetary, has_demo)
    base.executemany(
        "insert into t values (?, ?)", [(float(m), int(d)) for m, d in zip(monetary, flags)]
    )
    rows = dict(
        base.execute(
            "select 1 + ? * (b - 1) / n, avg(d) from (select d, rank() over (order by m) b,"
            " count(*) over () n from t) group by 1",
            (int(q),),
        ).fetchall()
    )
    base.close()
    labels = range(1, q + 1)
    return pd.Series([rows.get(c, np.nan) for c in labels], index=labels, dtype=float)


def coverage_by_value__wrong_in_the_index(monetary, has_demo, q=5):
    """A household with False is in the index and counts: has_demo {'a': False}."""
    return _shares(_score_m(monetary, q), monetary.index.isin(has_demo.index), q)


def coverage_by_value__wrong_same_length_by_position(monetary, has_demo, q=5):
    """Joins by position when the lengths agree: monetary a, b and has_demo b True, a False."""
    if len(has_demo) == len(monetary):
        listed = has_demo.to_numpy(dtype=bool)
    else:
        listed = _listed(monetary, has_demo)
    return _shares(_score_m(monetary, q), listed, q)


def coverage_by_value__wrong_qcut_once_more(monetary, has_demo, q=5):
    """Quantile borders: monetary 1, 1, 1, 1, 9, 9 with q=2 puts all in class 1."""
    score = pd.qcut(monetary, q, labels=False, duplicates="drop") + 1
    return _shares(score, _listed(monetary, has_demo), q)


def coverage_by_value__wrong_ties_split(monetary, has_demo, q=5):
    """Equal values get different classes: monetary 5, 5 with q=2."""
    worse = monetary.rank(method="first").astype("int64") - 1
    return _shares(1 + q * worse // len(monetary), _listed(monetary, has_demo), q)


def coverage_by_value__wrong_ties_average(monetary, has_demo, q=5):
    """Equal values get their average rank: monetary 5, 5, 5 with q=3 is class 2 and not 1."""
    worse = monetary.rank(method="average") - 1
    score = (1 + q * worse // len(monetary)).astype(int)
    return _shares(score, _listed(monetary, has_demo), q)


def coverage_by_value__wrong_ceil_of_rank(monetary, has_demo, q=5):
    """ceil(q rank / n): monetary 1, 2, 3 with q=2 puts the second in class 2 and not 1."""
    rank = monetary.rank(method="min").astype("int64")
    return _shares(-(-q * rank // len(monetary)), _listed(monetary, has_demo), q)


def coverage_by_value__wrong_dense(monetary, has_demo, q=5):
    """Counts different worse values: monetary 1, 1, 2, 3 with q=2 has 2.0 in class 2, not 1."""
    worse = monetary.rank(method="dense").astype("int64") - 1
    return _shares(1 + q * worse // monetary.nunique(), _listed(monetary, has_demo), q)


def coverage_by_value__wrong_empty_class_missing_once_more(monetary, has_demo, q=5):
    """A class without households has no row: two households with q=5."""
    return _shares(_score_m(monetary, q), _listed(monetary, has_demo), q).dropna()


def coverage_by_value__wrong_empty_class_zero_once_more(monetary, has_demo, q=5):
    """A class without households has 0 and not NaN: two households with q=5."""
    return _shares(_score_m(monetary, q), _listed(monetary, has_demo), q).fillna(0.0)


def coverage_by_value__wrong_outer_join(monetary, has_demo, q=5):
    """Names only in has_demo enlarge n: monetary a, b, has_demo c, d True, q=2."""
    names = monetary.index.union(has_demo.index)
    worse = monetary.rank(method="min").astype("int64") - 1
    return _shares(1 + q * worse // len(names), _listed(monetary, has_demo), q)


def coverage_by_value__wrong_refunds_dropped(monetary, has_demo, q=5):
    """Households that spent nothing or less are left out: monetary -1, 0, 1, 2."""
    return coverage_by_value__right_bincount(monetary[monetary > 0], has_demo, q)


def coverage_by_value__wrong_whole_dollars(monetary, has_demo, q=5):
    """Compares whole dollars: monetary 1.2, 1.4 with q=2 are not equal."""
    return _shares(_score_m(monetary.round(), q), _listed(monetary, has_demo), q)


def coverage_by_value__wrong_equal_classes(monetary, has_demo, q=5):
    """Divides by n / q and not by the households in the class: n = 3, q = 2, all known."""
    score = _score_m(monetary, q)
    known = pd.Series(_listed(monetary, has_demo)).groupby(score.to_numpy()).sum()
    share = known.reindex(range(1, q + 1)) / (len(monetary) / q)
    return share.astype(float)


def _rows(lines, ids, asof, defect=""):
    """The profile table, with at most one defect."""
    first = -(10**9) if defect == "no_window" else asof - 30
    last = asof if defect == "asof_day_included" else asof - 1
    day0 = max((x[2] for x in lines), default=asof) if defect == "recency_from_last_day" else asof
    out = []
    for h in ids:
        mine = [x for x in lines if x[0] == h and first <= x[2] <= last]
        if not mine:
            if defect != "silent_households_dropped":
                out.append((0, 0.0, 30))
            continue
        n = len(mine) if defect == "lines_for_baskets" else len({x[1] for x in mine})
        money = sum(x[3] if defect == "quantity_for_money" else x[4] for x in mine)
        out.append((n, float(money), day0 - max(x[2] for x in mine)))
    return out


def break_profile__right_case_table(defect):
    """One small table for each defect, by hand."""
    base = (1, 10, 95, 1, 4.0)
    extra = {
        "lines_for_baskets": [(1, 10, 95, 1, 2.5)],
        "recency_from_last_day": [],
        "silent_households_dropped": [],
        "quantity_for_money": [],
        "asof_day_included": [(1, 11, 100, 1, 4.0)],
        "no_window": [(1, 9, 69, 1, 4.0)],
    }[defect]
    return [base, *extra], [1, 2] if defect == "silent_households_dropped" else [1], 100


def break_profile__right_one_for_all_once_more(defect):
    """The same ten lines whatever the defect, with negative days and negative households."""
    lines = [
        (-3, 1, -5, 2, 0.5),
        (-3, 1, -5, 1, 0.25),
        (-3, 2, -31, 7, 100.0),
        (-3, 3, 0, 5, 31.0),
        (8, 4, -30, 1, 0.125),
        (8, 5, -31, 1, 1.0),
        (9, 6, 3, 1, 1.0),
        (9, 6, -40, 0, 0.0),
        (77, 8, -1, 1, 1.0),
        (78, 8, 12, 0, 0.0),
    ]
    return lines, [9, -3, 8], 0


def break_profile__right_search(defect):
    """Draws tables at random from a fixed seed until the flawed table differs."""
    rng = random.Random(7)
    while True:
        lines = [
            (
                rng.randint(1, 3),
                rng.randint(1, 4),
                rng.randint(0, 45),
                rng.randint(0, 3),
                rng.random(),
            )
            for _ in range(rng.randint(1, 4))
        ]
        if _rows(lines, [2, 1, 4], 40) != _rows(lines, [2, 1, 4], 40, defect):
            return lines, [2, 1, 4], 40


def break_profile__right_nothing_at_all(defect):
    """An empty list of lines for the silent household, a free line of no quantity where it suffices."""
    if defect == "silent_households_dropped":
        return [], [5], 0
    if defect == "lines_for_baskets":
        return [(5, 0, 29, 0, 0.0), (5, 0, 29, 0, 0.0)], [5], 30
    if defect == "quantity_for_money":
        return [(5, 0, 0, 0, 0.01)], [5], 30
    day = {"recency_from_last_day": 12, "asof_day_included": 30, "no_window": -1}[defect]
    return [(5, 0, day, 0, 0.0)], [5], 30


def break_profile__wrong_last_day_is_asof_once_more_a_second_time(defect):
    """recency_from_last_day: another household buys on asof itself, so the largest day is asof and nothing differs."""
    if defect == "recency_from_last_day":
        return [(1, 10, 95, 1, 4.0), (2, 11, 100, 1, 3.0)], [1], 100
    return break_profile__right_case_table(defect)


def break_profile__wrong_silent_at_border(defect):
    """silent_households_dropped: the silent household bought on day asof - 30, which is in the window."""
    if defect == "silent_households_dropped":
        return [(1, 10, 95, 1, 4.0), (2, 11, 70, 1, 3.0)], [1, 2], 100
    return break_profile__right_case_table(defect)


def break_profile__wrong_sums_coincide(defect):
    """quantity_for_money: quantities 2 + 1 and sales 1.0 + 2.0 have the same sum."""
    if defect == "quantity_for_money":
        return [(1, 10, 95, 2, 1.0), (1, 11, 96, 1, 2.0)], [1], 100
    return break_profile__right_case_table(defect)


def break_profile__wrong_basket_of_two_households(defect):
    """lines_for_baskets: two households share the basket number, so each has one line and one basket."""
    if defect == "lines_for_baskets":
        return [(1, 10, 95, 1, 4.0), (2, 10, 95, 1, 3.0)], [1, 2], 100
    return break_profile__right_case_table(defect)


def break_profile__wrong_old_line_of_stranger(defect):
    """no_window: the old line belongs to a household that ids does not name."""
    if defect == "no_window":
        return [(1, 10, 95, 1, 4.0), (2, 11, 40, 1, 3.0)], [1], 100
    return break_profile__right_case_table(defect)


def break_profile__wrong_second_line_outside(defect):
    """lines_for_baskets: the second line of the basket lies on day asof, which neither table reads."""
    if defect == "lines_for_baskets":
        return [(1, 10, 99, 1, 4.0), (1, 10, 100, 1, 4.0)], [1], 100
    return break_profile__right_case_table(defect)


def break_profile__wrong_refund(defect):
    """quantity_for_money: a refund of quantity -1 and sales -4.0, though both must be 0 or more."""
    if defect == "quantity_for_money":
        return [(1, 10, 95, 1, 4.0), (1, 11, 96, -1, -4.5)], [1], 100
    return break_profile__right_case_table(defect)


def break_profile__wrong_ids_twice_once_more(defect):
    """silent_households_dropped: ids is read off the lines, so household 1 is named twice, though each is to be named once."""
    if defect == "silent_households_dropped":
        lines = [(1, 10, 95, 1, 4.0), (1, 11, 60, 1, 4.0), (2, 12, 60, 1, 3.0)]
        return lines, [x[0] for x in lines], 100
    return break_profile__right_case_table(defect)


def break_profile__wrong_recency_of_old_line(defect):
    """recency_from_last_day: the only household was silent for 31 days, so both tables say 30."""
    if defect == "recency_from_last_day":
        return [(1, 10, 69, 1, 4.0), (2, 11, 120, 1, 3.0)], [1], 100
    return break_profile__right_case_table(defect)


def to_local_day__right_pandas(ts, tz="America/New_York"):
    """The usual chain, with the zone removed before midnight is taken."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def to_local_day__right_zoneinfo_once_more(ts, tz="America/New_York"):
    """One stamp at a time with the standard library."""
    zone = ZoneInfo(tz)
    out = []
    for t in ts:
        if pd.isna(t):
            out.append(np.datetime64("NaT", "s"))
        else:
            local = t.to_pydatetime().replace(tzinfo=dt.UTC).astimezone(zone)
            out.append(np.datetime64(local.date().isoformat(), "s"))
    return pd.Series(np.array(out, dtype="datetime64[s]"), index=ts.index)


def to_local_day__right_days_of_numpy(ts, tz="America/New_York"):
    """Converts the distinct stamps only; cuts to days by casting to datetime64[D]."""
    codes, stamps = pd.factorize(ts.to_numpy())
    local = pd.DatetimeIndex(stamps).tz_localize("UTC").tz_convert(tz).tz_localize(None)
    days = local.to_numpy().astype("datetime64[D]").astype("datetime64[us]")
    days = np.append(days, np.datetime64("NaT", "us"))
    return pd.Series(days[codes], index=ts.index, name=ts.name)


def to_local_day__wrong_instant_of_midnight(ts, tz="America/New_York"):
    """Removes the zone by going back to UTC: 2017-01-10 04:30 gives 2017-01-09 05:00, not midnight."""
    return (
        ts.dt.tz_localize("UTC")
        .dt.tz_convert(tz)
        .dt.floor("D", nonexistent="shift_forward")
        .dt.tz_convert(None)
    )


def to_local_day__wrong_offset_read_locally(ts, tz="America/New_York"):
    """Looks the offset up as if the stamp were local time: 2017-03-12 04:30 gives 12 March, not the 11th."""
    zone = ZoneInfo(tz)
    shift = [
        pd.NaT if pd.isna(t) else t.to_pydatetime().replace(tzinfo=zone).utcoffset() for t in ts
    ]
    return (ts + pd.Series(pd.to_timedelta(shift), index=ts.index)).dt.normalize()


def to_local_day__wrong_offset_of_noon(ts, tz="America/New_York"):
    """One offset for each UTC day, that of its noon: 2017-03-12 04:30 gives 12 March, not the 11th."""
    noon = ts.dt.normalize() + pd.Timedelta(hours=12)
    aware = noon.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None)
    return (ts + (aware - noon)).dt.normalize()


def to_local_day__wrong_fill_back_by_label(ts, tz="America/New_York"):
    """Converts the stamps that are there and reindexes: two rows labelled 0 raise or multiply."""
    known = ts.dropna()
    day = known.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()
    return day.reindex(ts.index)


def to_local_day__wrong_microseconds(ts, tz="America/New_York"):
    """Counts days in whole numbers and takes the unit for microseconds: wrong for a datetime64[ns] Series."""
    local = ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None)
    days = local.astype("int64") // 86_400_000_000
    return pd.Series(pd.to_datetime(days.to_numpy(), unit="D"), index=ts.index).where(ts.notna())


def to_local_day__wrong_toward_zero(ts, tz="America/New_York"):
    """Cuts the days since 1970 toward zero: 1969-12-30 12:00 gives 31 December."""
    local = ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None)
    days = (local - pd.Timestamp(0)) / pd.Timedelta(days=1)
    return pd.Timestamp(0) + pd.to_timedelta(np.trunc(days), unit="D")


def to_local_day__wrong_still_aware_once_more(ts, tz="America/New_York"):
    """Leaves the zone on (and shifts a missing midnight): the result is datetime64[us, tz] for any input."""
    return (
        ts.dt.tz_localize("UTC")
        .dt.tz_convert(tz)
        .dt.floor("D", nonexistent="shift_forward", ambiguous=True)
    )


def to_local_day__wrong_label_of_position(ts, tz="America/New_York"):
    """Goes through a DatetimeIndex and forgets the index: labels [7, 3] come back as [0, 1]."""
    return pd.Series(
        pd.DatetimeIndex(ts).tz_localize("UTC").tz_convert(tz).tz_localize(None).normalize()
    )


def to_local_day__wrong_calendar_of_2017(ts, tz="America/New_York"):
    """Knows the calendar of 2017 only (summer from 12 March to 4 November): 2016-03-12 04:30 gives the 12th, not the 11th."""
    zone = ZoneInfo(tz)
    winter, summer = (dt.datetime(2017, m, 1, tzinfo=zone).utcoffset() for m in (1, 7))
    start, end = (3, 12), (11, 5)
    is_summer = [(not pd.isna(t)) and start <= (t.month, t.day) < end for t in ts]
    return (
        ts
        + pd.Series(pd.to_timedelta([summer if s else winter for s in is_summer]), index=ts.index)
    ).dt.normalize()


_PROFILE = ["frequency", "monetary", "recency"]


def _in_window(tx, asof, window):
    return tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]


def household_profile__right_groupby_once_more(tx, ids, asof, window=56):
    """Filter, group once, reindex."""
    by = _in_window(tx, asof, window).groupby("household_id")
    out = by.agg(
        frequency=("basket_id", "nunique"), monetary=("sales_value", "sum"), last=("day", "max")
    )
    out = out.reindex(ids)
    out["recency"] = (asof - out.pop("last")).dt.days
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def household_profile__right_plain_loops(tx, ids, asof, window=56):
    """Sets and math.fsum, one household after the other."""
    baskets, money, last = defaultdict(set), defaultdict(list), {}
    for h, b, d, s in zip(
        tx["household_id"], tx["basket_id"], tx["day"], tx["sales_value"], strict=True
    ):
        age = (asof - d).days
        if 1 <= age <= window:
            baskets[h].add(b)
            money[h].append(s)
            last[h] = min(last.get(h, window), age)
    rows = [(len(baskets[h]), math.fsum(money[h]), last.get(h, window)) for h in ids]
    return pd.DataFrame(rows, columns=_PROFILE, index=pd.Index(ids, dtype="int64")).astype(float)


def household_profile__right_clipped_recency(tx, ids, asof, window=56):
    """Recency from all of the past, clipped at the window; money by masking; baskets by distinct pairs."""
    past = tx[tx["day"] < asof]
    age = (asof - past["day"]) // pd.Timedelta(days=1)
    near = past[age <= window]
    pairs = near[["household_id", "basket_id"]].drop_duplicates()
    out = pd.DataFrame(index=pd.Index(ids))
    out["frequency"] = pairs["household_id"].value_counts().reindex(ids, fill_value=0).to_numpy()
    out["monetary"] = (
        near.groupby("household_id")["sales_value"].sum().reindex(ids, fill_value=0).to_numpy()
    )
    latest = age.groupby(past["household_id"].to_numpy()).min().reindex(ids).to_numpy(float)
    out["recency"] = np.fmin(latest, window)
    return out


def household_profile__right_position_codes(tx, ids, asof, window=56):
    """Numbers the households with get_indexer and adds up with numpy."""
    where = pd.Index(ids).get_indexer(tx["household_id"]) if len(ids) else np.full(len(tx), -1)
    age = ((asof - tx["day"]) / pd.Timedelta(days=1)).to_numpy()
    keep = (where >= 0) & (age > 0.5) & (age < window + 0.5)
    where, age = where[keep], age[keep]
    out = np.tile([0.0, 0.0, float(window)], (len(ids), 1))
    np.add.at(out[:, 1], where, tx["sales_value"].to_numpy(float)[keep])
    np.minimum.at(out[:, 2], where, age)
    for place, _ in set(zip(where.tolist(), tx["basket_id"][keep].tolist(), strict=True)):
        out[place, 0] += 1
    return pd.DataFrame(out, index=ids, columns=_PROFILE)


def household_profile__wrong_equal_lines_once(tx, ids, asof, window=56):
    """drop_duplicates() on whole lines: two equal lines of 2.0 in one basket give 2.0, not 4.0."""
    return household_profile__right_groupby_once_more(tx.drop_duplicates(), ids, asof, window)


def household_profile__wrong_visits_of_days(tx, ids, asof, window=56):
    """Counts distinct pairs of basket and day: a basket with lines on two days counts twice."""
    out = household_profile__right_groupby_once_more(tx, ids, asof, window)
    near = _in_window(tx, asof, window).drop_duplicates(["household_id", "basket_id", "day"])
    out["frequency"] = near.groupby("household_id").size().reindex(ids, fill_value=0)
    return out


def household_profile__wrong_whole_dollars(tx, ids, asof, window=56):
    """fillna and astype(int) on the whole table: sales of 2.5 become 2."""
    return household_profile__right_groupby_once_more(tx, ids, asof, window).astype(int)


def household_profile__wrong_silent_is_no_money(tx, ids, asof, window=56):
    """Tells silence by money: a household with one line of 0.0 three days ago gets recency 56, not 3."""
    out = household_profile__right_groupby_once_more(tx, ids, asof, window)
    out["recency"] = out["recency"].where(out["monetary"] != 0, window)
    return out


def household_profile__wrong_last_row(tx, ids, asof, window=56):
    """Takes the last row of a household for its latest day: rows of days 3 March and 1 March give 1 March."""
    by = _in_window(tx, asof, window).groupby("household_id")
    out = by.agg(
        frequency=("basket_id", "nunique"), monetary=("sales_value", "sum"), last=("day", "last")
    ).reindex(ids)
    out["recency"] = (asof - out.pop("last")).dt.days
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def household_profile__wrong_day_of_basket(tx, ids, asof, window=56):
    """Filters baskets by their first day: a basket of the day before asof brings its lines of asof."""
    tx = tx.assign(day=tx.groupby(["household_id", "basket_id"])["day"].transform("min").to_numpy())
    by = _in_window(tx, asof, window).groupby("household_id")
    out = by.agg(
        frequency=("basket_id", "nunique"), monetary=("sales_value", "sum"), last=("day", "max")
    ).reindex(ids)
    out["recency"] = (asof - out.pop("last")).dt.days
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def household_profile__wrong_default_in_fill(tx, ids, asof, window=56):
    """Fills the recency of silent households with 56, whatever the window: window=7 gives 56."""
    by = _in_window(tx, asof, window).groupby("household_id")
    out = by.agg(
        frequency=("basket_id", "nunique"), monetary=("sales_value", "sum"), last=("day", "max")
    ).reindex(ids)
    out["recency"] = (asof - out.pop("last")).dt.days
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": 56})


def household_profile__wrong_labels_of_lines(tx, ids, asof, window=56):
    """Selects lines by label: if an old and a new line are both labelled 0, both count."""
    labels = _in_window(tx, asof, window).index
    near = tx.loc[tx.index.isin(labels)]
    by = near.groupby("household_id")
    out = by.agg(
        frequency=("basket_id", "nunique"), monetary=("sales_value", "sum"), last=("day", "max")
    ).reindex(ids)
    out["recency"] = (asof - out.pop("last")).dt.days
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def household_profile__wrong_filled_in_place(tx, ids, asof, window=56):
    """Writes an age column into tx, which must be left as it is: any input."""
    tx["age"] = (asof - tx["day"]).dt.days
    near = tx[tx["age"].between(1, window)]
    by = near.groupby("household_id")
    out = by.agg(
        frequency=("basket_id", "nunique"), monetary=("sales_value", "sum"), recency=("age", "min")
    )
    return out.reindex(ids).fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def household_profile__wrong_rows_for_days(tx, ids, asof, window=56):
    """Adds up money per day and reads the last `window` rows: right only if every day has purchases."""
    past = tx[tx["day"] < asof]
    out = household_profile__right_groupby_once_more(tx, ids, asof, window)
    daily = past.pivot_table(
        index="day", columns="household_id", values="sales_value", aggfunc="sum"
    )
    out["monetary"] = daily.tail(window).sum().reindex(ids, fill_value=0.0)
    return out


def leak_audit__right_mask_once_more(feature_log, label_start):
    """One comparison, then the distinct names, sorted."""
    late = feature_log["source_time"] >= label_start
    return sorted(feature_log.loc[late.to_numpy(), "feature"].unique().tolist())


def leak_audit__right_loop_once_more(feature_log, label_start):
    """A set that grows by insertion, returned as a tuple."""
    found = []
    for name, time in zip(feature_log["feature"], feature_log["source_time"], strict=True):
        if pd.notna(time) and not time < label_start:
            place = bisect.bisect_left(found, name)
            if place == len(found) or found[place] != name:
                found.insert(place, name)
    return tuple(found)


def leak_audit__right_latest_once_more(feature_log, label_start):
    """The latest time of each feature decides; an array is returned."""
    latest = feature_log.groupby("feature", sort=True)["source_time"].max()
    return latest.index[latest.ge(label_start)].to_numpy(dtype=object)


def leak_audit__wrong_last_after_sort(feature_log, label_start):
    """Sorts by time and keeps the last record: NaT sorts last, so ("a", 5 March), ("a", NaT) is missed."""
    last = feature_log.sort_values("source_time").drop_duplicates("feature", keep="last")
    return sorted(last.loc[last["source_time"] >= label_start, "feature"])


def leak_audit__wrong_max_of_numpy(feature_log, label_start):
    """numpy's max of each feature's times is NaT if one of them is: ("a", 5 March), ("a", NaT) is missed."""
    found = []
    for name, times in feature_log.groupby("feature")["source_time"]:
        if times.to_numpy().max() >= np.datetime64(label_start):
            found.append(name)
    return found


def leak_audit__wrong_day_of_record(feature_log, label_start):
    """Cuts the records to midnight: a record of 13:00 is missed if the period begins at 12:00 of that day."""
    late = feature_log["source_time"].dt.normalize() >= label_start
    return sorted(set(feature_log["feature"][late]))


def leak_audit__wrong_day_of_start(feature_log, label_start):
    """Cuts the start to midnight: a record of 08:00 is reported if the period begins at 12:00 of that day."""
    late = feature_log["source_time"] >= label_start.normalize()
    return sorted(set(feature_log["feature"][late]))


def leak_audit__wrong_as_text(feature_log, label_start):
    """Compares as text: "2017-03-01" is before "2017-03-01 00:00:00", so a record of the first midnight is missed."""
    text = feature_log["source_time"].astype(str)
    late = (text >= str(label_start)) & feature_log["source_time"].notna()
    return sorted(set(feature_log["feature"][late]))


def leak_audit__wrong_unit_of_int(feature_log, label_start):
    """Compares whole numbers without looking at the unit: a datetime64[ns] column makes every feature leak."""
    late = feature_log["source_time"].astype("int64") >= label_start.asm8.astype("int64")
    return sorted(set(feature_log["feature"][late]))


def leak_audit__wrong_not_before_once_more(feature_log, label_start):
    """Turns the question round: NaT is not before the start, so ("a", NaT) is reported."""
    clean = feature_log["source_time"] < label_start
    return sorted(set(feature_log["feature"][~clean]))


def leak_audit__wrong_last_of_group(feature_log, label_start):
    """Takes the last row of each feature for its latest: ("a", 5 March), ("a", 1 Feb) is missed."""
    last = feature_log.groupby("feature")["source_time"].last()
    return last.index[last >= label_start].tolist()


def leak_audit__wrong_neighbours_only(feature_log, label_start):
    """Removes repeats of neighbours before sorting: a, b, a all late gives ['a', 'a', 'b']."""
    late = feature_log.loc[(feature_log["source_time"] >= label_start).to_numpy(), "feature"]
    return sorted(name for name, _ in itertools.groupby(late))


def population_asof__right_groupby_once_more_a_second_time(tx, asof, window=56):
    """Keep the records that count, then the latest day of each household."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts.groupby("household_id")["day"].max()
    active = (last >= asof - pd.Timedelta(days=window)).to_numpy()
    return pd.Series(np.where(active, "active", "silent").astype(object), index=last.index)


def population_asof__right_dict(tx, asof, window=56):
    """A dictionary, one record at a time."""
    status = {}
    for h, day, known in zip(tx["household_id"], tx["day"], tx["known"], strict=True):
        if pd.isna(known) or known >= asof or day >= asof:
            continue
        near = (asof - day).days <= window
        status[int(h)] = "active" if near or status.get(int(h)) == "active" else "silent"
    names = sorted(status)
    return pd.Series([status[h] for h in names], index=pd.Index(names, dtype="int64"), dtype="str")


def population_asof__right_two_sets(tx, asof, window=56):
    """numpy: the distinct households, and which of them are among the near ones."""
    day, known = tx["day"].to_numpy(), tx["known"].to_numpy()
    now = asof.to_datetime64()
    ok = (day < now) & (known < now)
    house = tx["household_id"].to_numpy()
    people = np.unique(house[ok])
    near = np.isin(people, house[ok & (day >= now - np.timedelta64(window, "D"))])
    return pd.Series("silent", index=people, dtype=object).mask(near, "active")


def population_asof__wrong_window_of_arrival_once_more(tx, asof, window=56):
    """Active by the day of arrival: a purchase of May that arrived on 28 June makes it active."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts.groupby("household_id")["known"].max()
    near = (last >= asof - pd.Timedelta(days=window)).to_numpy()
    return pd.Series(np.where(near, "active", "silent").astype(object), index=last.index)


def population_asof__wrong_record_known_last(tx, asof, window=56):
    """Looks at the record that arrived last: 20 June (in time) and 2 May (arrived 25 June) gives silent."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)].sort_values(["known", "day"])
    last = counts.groupby("household_id")["day"].last()
    near = (last >= asof - pd.Timedelta(days=window)).to_numpy()
    return pd.Series(np.where(near, "active", "silent").astype(object), index=last.index)


def population_asof__wrong_later_of_both(tx, asof, window=56):
    """Row maximum of both times: it skips NaT, so a record that never arrived counts."""
    ready = tx[["day", "known"]].max(axis=1)
    return population_asof__right_groupby_once_more(
        tx[ready < asof].assign(known=lambda t: t["day"]), asof, window
    )


def population_asof__wrong_arrived_by_yesterday(tx, asof, window=56):
    """Wants known <= asof - 1 day: a record that arrived on the eve at 15:00 is left out."""
    eve = asof - pd.Timedelta(days=1)
    counts = tx[(tx["day"] <= eve) & (tx["known"] <= eve)]
    last = counts.groupby("household_id")["day"].max()
    near = (last >= asof - pd.Timedelta(days=window)).to_numpy()
    return pd.Series(np.where(near, "active", "silent").astype(object), index=last.index)


def population_asof__wrong_day_of_arrival_rounded(tx, asof, window=56):
    """Rounds the arrival to the nearest day: 30 June 20:00 becomes 1 July, and the record does not count."""
    return population_asof__right_groupby_once_more(
        tx.assign(known=tx["known"].dt.round("D")), asof, window
    )


def population_asof__wrong_ordered_in_advance(tx, asof, window=56):
    """Asks only for the arrival: an order known on 20 June for 5 July counts on 1 July."""
    counts = tx[tx["known"] < asof]
    last = counts.groupby("household_id")["day"].max()
    near = (last >= asof - pd.Timedelta(days=window)).to_numpy()
    return pd.Series(np.where(near, "active", "silent").astype(object), index=last.index)


def population_asof__wrong_advance_means_unknown(tx, asof, window=56):
    """Drops records known before they happened as errors: day 20 June, known 18 June does not count."""
    return population_asof__right_groupby_once_more(tx[tx["known"] >= tx["day"]], asof, window)


def population_asof__wrong_first_row_first(tx, asof, window=56):
    """A plain dictionary's order: rows of households 2, 1 give the index [2, 1]."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    edge = asof - pd.Timedelta(days=window)
    status = {
        h: "active" if (g["day"] >= edge).any() else "silent"
        for h, g in counts.groupby("household_id", sort=False)
    }
    return pd.Series(status, dtype=object)


def population_asof__wrong_arrival_filled(tx, asof, window=56):
    """Writes the missing arrivals into tx to get rid of NaT: the argument is changed."""
    tx["known"] = tx["known"].fillna(asof)
    return population_asof__right_groupby_once_more(tx, asof, window)


def population_asof__wrong_frame_when_empty(tx, asof, window=56):
    """groupby.apply on no record that counts gives a DataFrame, not an empty Series: all known after asof."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    edge = asof - pd.Timedelta(days=window)
    return counts.groupby("household_id").apply(
        lambda g: "active" if g["day"].max() >= edge else "silent"
    )


def _more_pairs(decisions, log):
    """All pairs of a decision and a record of its household, with the place of the decision."""
    left = pd.DataFrame(
        {
            "household_id": decisions["household_id"].to_numpy(),
            "time": decisions["time"].to_numpy(),
            "place": np.arange(len(decisions)),
        }
    )
    records = log[["household_id", "holds_from", "known_at", "value"]].reset_index(drop=True)
    return left.merge(records, on="household_id")


def _readable(decisions, log):
    pairs = _more_pairs(decisions, log)
    return pairs[(pairs["holds_from"] < pairs["time"]) & (pairs["known_at"] < pairs["time"])]


def _by_place(read, decisions):
    """One row for each place, put in the order and under the index of the decisions."""
    out = np.full(len(decisions), np.nan)
    out[read["place"].to_numpy()] = read["value"].to_numpy(float)
    return pd.Series(out, index=decisions.index)


def point_in_time_join__right_merge_and_last_once_more(decisions, log, max_age=90):
    """All pairs, sorted by both times, the last of each decision; then the age."""
    read = _readable(decisions, log).sort_values(["holds_from", "known_at"])
    read = read.drop_duplicates("place", keep="last")
    read = read[read["time"] - read["holds_from"] <= pd.Timedelta(days=max_age)]
    return _by_place(read, decisions)


def point_in_time_join__right_plain_loops(decisions, log, max_age=90):
    """For each decision the largest tuple (holds_from, known_at) of its household."""
    books = defaultdict(list)
    for h, a, k, v in log[["household_id", "holds_from", "known_at", "value"]].itertuples(
        index=False
    ):
        books[h].append((a, k, v))
    out = []
    for h, t in zip(decisions["household_id"], decisions["time"], strict=True):
        best = max(
            (r for r in books.get(h, []) if r[0] < t and r[1] < t),
            key=lambda r: r[:2],
            default=None,
        )
        fresh = best is not None and best[0] >= t - dt.timedelta(days=max_age)
        out.append(best[2] if fresh else math.nan)
    return pd.Series(out, index=decisions.index, dtype=float)


def point_in_time_join__right_sweep(decisions, log, max_age=90):
    """Sweeps over time: records become readable one by one; each household keeps its best one."""
    ready = np.maximum(log["holds_from"].to_numpy(), log["known_at"].to_numpy())
    order = np.argsort(ready, kind="stable")
    time = decisions["time"].to_numpy()
    house, mine = log["household_id"].tolist(), decisions["household_id"].tolist()
    a, k, v = log["holds_from"].to_numpy(), log["known_at"].to_numpy(), log["value"].to_numpy(float)
    out, best, done = np.full(len(time), np.nan), {}, 0
    for place in np.argsort(time, kind="stable"):
        while done < len(order) and ready[order[done]] < time[place]:
            row = order[done]
            old = best.get(house[row])
            if old is None or (a[row], k[row]) > (a[old], k[old]):
                best[house[row]] = row
            done += 1
        row = best.get(mine[place])
        if row is not None and time[place] - a[row] <= np.timedelta64(max_age, "D"):
            out[place] = v[row]
    return pd.Series(out, index=decisions.index)


def point_in_time_join__wrong_known_before_valid(decisions, log, max_age=90):
    """Sorts by arrival first: a change of 10 June announced on 1 May loses to the record of 1 June."""
    read = _readable(decisions, log).sort_values(["known_at", "holds_from"])
    read = read.drop_duplicates("place", keep="last")
    read = read[read["time"] - read["holds_from"] <= pd.Timedelta(days=max_age)]
    return _by_place(read, decisions)


def point_in_time_join__wrong_last_to_become_readable(decisions, log, max_age=90):
    """merge_asof on the later of both times: (1 June, known 1 July) hides (15 June, known 15 June) on 2 July."""
    left = decisions[["household_id", "time"]].assign(place=np.arange(len(decisions)))
    right = log[["household_id", "holds_from", "known_at", "value"]].copy()
    right["ready"] = right[["holds_from", "known_at"]].max(axis=1)
    read = pd.merge_asof(
        left.sort_values("time"),
        right.sort_values(["ready", "holds_from", "known_at"]),
        left_on="time",
        right_on="ready",
        by="household_id",
        allow_exact_matches=False,
    )
    read = read[read["time"] - read["holds_from"] <= pd.Timedelta(days=max_age)]
    return _by_place(read, decisions)


def point_in_time_join__wrong_whole_days_of_age(decisions, log, max_age=90):
    """Compares .dt.days: a value of 90 days and 5 hours is still read."""
    read = _readable(decisions, log).sort_values(["holds_from", "known_at"])
    read = read.drop_duplicates("place", keep="last")
    read = read[(read["time"] - read["holds_from"]).dt.days <= max_age]
    return _by_place(read, decisions)


def point_in_time_join__wrong_last_skips_nan_once_more(decisions, log, max_age=90):
    """groupby.last() skips NaN: a withdrawn value is replaced by the older one."""
    read = _readable(decisions, log).sort_values(["holds_from", "known_at"])
    read = read[read["time"] - read["holds_from"] <= pd.Timedelta(days=max_age)]
    return _by_place(read.groupby("place")["value"].last().reset_index(), decisions)


def point_in_time_join__wrong_age_of_arrival_once_more(decisions, log, max_age=90):
    """Counts the age from the arrival: held from 1 January, known 1 June, decision 1 July is read."""
    read = _readable(decisions, log).sort_values(["holds_from", "known_at"])
    read = read.drop_duplicates("place", keep="last")
    read = read[read["time"] - read["known_at"] <= pd.Timedelta(days=max_age)]
    return _by_place(read, decisions)


def point_in_time_join__wrong_decisions_by_label(decisions, log, max_age=90):
    """Groups the pairs by the label of the decision: two decisions labelled 0 get the same value."""
    left = decisions[["household_id", "time"]].assign(label=decisions.index)
    pairs = left.merge(log[["household_id", "holds_from", "known_at", "value"]], on="household_id")
    read = pairs[(pairs["holds_from"] < pairs["time"]) & (pairs["known_at"] < pairs["time"])]
    read = read.sort_values(["holds_from", "known_at"]).drop_duplicates("label", keep="last")
    read = read[read["time"] - read["holds_from"] <= pd.Timedelta(days=max_age)]
    return read.set_index("label")["value"].astype(float).reindex(decisions.index)


def point_in_time_join__wrong_order_of_time(decisions, log, max_age=90):
    """Works in the order of time and glues the old index on: decisions of August, July change places."""
    ordered = decisions.sort_values("time", kind="stable").reset_index(drop=True)
    out = point_in_time_join__right_merge_and_last_once_more(ordered, log, max_age)
    return out.set_axis(decisions.index)


def point_in_time_join__wrong_correction_by_row(decisions, log, max_age=90):
    """Of records that hold from one time takes the lowest row: the correction stands above the original."""
    read = _readable(decisions, log).sort_values("holds_from", kind="stable")
    read = read.drop_duplicates("place", keep="last")
    read = read[read["time"] - read["holds_from"] <= pd.Timedelta(days=max_age)]
    return _by_place(read, decisions)


def point_in_time_join__wrong_announced_is_valid(decisions, log, max_age=90):
    """Asks only whether it was known: a change announced for next month is read today."""
    pairs = _more_pairs(decisions, log)
    read = pairs[pairs["known_at"] < pairs["time"]].sort_values(["holds_from", "known_at"])
    read = read.drop_duplicates("place", keep="last")
    read = read[read["time"] - read["holds_from"] <= pd.Timedelta(days=max_age)]
    return _by_place(read, decisions)


def point_in_time_join__wrong_one_for_each_arrival(decisions, log, max_age=90):
    """Keeps one record for each time of arrival: of those holding from 1 June and 10 June, both known on 11 June, the older is read."""
    read = _readable(decisions, log).sort_values(["holds_from", "known_at"])
    read = read.drop_duplicates(["place", "known_at"], keep="first").drop_duplicates(
        "place", keep="last"
    )
    read = read[read["time"] - read["holds_from"] <= pd.Timedelta(days=max_age)]
    return _by_place(read, decisions)


def point_in_time_join__wrong_known_by_the_day(decisions, log, max_age=90):
    """Compares arrival and decision by their dates: known at 08:00, decided at 10:00 of one day is not read."""
    pairs = _more_pairs(decisions, log)
    early = pairs["known_at"].dt.normalize() < pairs["time"].dt.normalize()
    read = pairs[early & (pairs["holds_from"] < pairs["time"])]
    read = read.sort_values(["holds_from", "known_at"]).drop_duplicates("place", keep="last")
    read = read[read["time"] - read["holds_from"] <= pd.Timedelta(days=max_age)]
    return _by_place(read, decisions)


def _exact(values, q, fewer_better=False):
    """1 + q * b // n in whole numbers, by bisection."""
    values = list(values)
    ordered = sorted(values)
    n = len(values)
    if fewer_better:
        return [1 + q * (n - bisect.bisect_right(ordered, v)) // n for v in values]
    return [1 + q * bisect.bisect_left(ordered, v) // n for v in values]


def rfm_scores__right_rank_once_more(profile, q=5):
    """rank(method="min") - 1, and whole-number division."""
    out = {}
    for name, column, rising in (
        ("R", "recency", False),
        ("F", "frequency", True),
        ("M", "monetary", True),
    ):
        worse = profile[column].rank(method="min", ascending=rising).astype("int64") - 1
        out[name] = 1 + q * worse // len(profile) if len(profile) else worse
    return pd.DataFrame(out, index=profile.index)


def rfm_scores__right_bisect(profile, q=5):
    """Python's bisect on a sorted list."""
    out = {
        "R": _exact(profile["recency"].tolist(), q, fewer_better=True),
        "F": _exact(profile["frequency"].tolist(), q),
        "M": _exact(profile["monetary"].tolist(), q),
    }
    return pd.DataFrame(out, index=profile.index, dtype="int64")


def rfm_scores__right_fractions_once_more(profile, q=5):
    """Counts with Counter, adds up with accumulate, and takes the floor of a Fraction; returns int32 columns."""
    n = len(profile)

    def score(values, from_worst):
        counts = Counter(values)
        levels = sorted(counts, reverse=not from_worst)
        before = itertools.accumulate((counts[x] for x in levels), initial=0)
        of = {x: 1 + math.floor(Fraction(q * b, n)) for x, b in zip(levels, before, strict=False)}
        return [of[x] for x in values]

    table = {
        "R": score(profile["recency"].tolist(), from_worst=False),
        "F": score(profile["frequency"].tolist(), from_worst=True),
        "M": score(profile["monetary"].tolist(), from_worst=True),
    }
    return pd.DataFrame(table, index=profile.index).astype("int32")


def rfm_scores__right_all_pairs(profile, q=5):
    """Compares every household with every other one; no sorting at all."""
    n = max(len(profile), 1)
    recency, frequency, money = (
        profile[c].to_numpy() for c in ("recency", "frequency", "monetary")
    )
    worse = np.column_stack(
        [
            (recency[None, :] > recency[:, None]).sum(axis=1),
            (frequency[None, :] < frequency[:, None]).sum(axis=1),
            (money[None, :] < money[:, None]).sum(axis=1),
        ]
    )
    return pd.DataFrame(np.floor_divide(q * worse, n) + 1, columns=list("RFM"), index=profile.index)


def _scored(profile, q, worse):
    """Scores of three columns of numbers of strictly worse households."""
    n = max(len(profile), 1)
    table = {
        k: 1 + q * np.asarray(w, dtype="int64") // n for k, w in zip("RFM", worse, strict=True)
    }
    return pd.DataFrame(table, index=profile.index)


def rfm_scores__wrong_negated_unsigned(profile, q=5):
    """Ranks -recency: in uint8 the negative of 0 is 0, so a purchase of today becomes the worst one."""
    better = [-profile["recency"], profile["frequency"], profile["monetary"]]
    return _scored(profile, q, [c.rank(method="min") - 1 for c in better])


def rfm_scores__wrong_columns_by_place(profile, q=5):
    """Reads the first three columns: wrong in the order frequency, monetary, recency."""
    signs = [-1.0, 1.0, 1.0]
    return _scored(
        profile, q, [(s * profile.iloc[:, i]).rank(method="min") - 1 for i, s in enumerate(signs)]
    )


def rfm_scores__wrong_ties_of_recency(profile, q=5):
    """n - rank(method="min") counts the equal ones as worse: two households with one recency and q = n."""
    worse_r = len(profile) - profile["recency"].rank(method="min")
    return _scored(
        profile,
        q,
        [worse_r, *(profile[c].rank(method="min") - 1 for c in ("frequency", "monetary"))],
    )


def rfm_scores__wrong_share_in_binary(profile, q=5):
    """floor(q * (b / n)) in binary: of 22 households the one with b = 15 gets 15, not 16, with q = 22."""
    cols = [(profile["recency"], False), (profile["frequency"], True), (profile["monetary"], True)]
    out = {
        k: 1 + np.floor(q * ((c.rank(method="min", ascending=a) - 1) / len(profile)))
        for k, (c, a) in zip("RFM", cols, strict=True)
    }
    return pd.DataFrame(out).astype(int)


def rfm_scores__wrong_percent_rank(profile, q=5):
    """rank(pct=True) less one nth, in binary: of 5 households the one with b = 2 gets 2, not 3, with q = 5."""
    n = max(len(profile), 1)
    cols = [(profile["recency"], False), (profile["frequency"], True), (profile["monetary"], True)]
    out = {
        k: 1 + np.floor(q * (c.rank(method="min", ascending=a, pct=True) - 1 / n))
        for k, (c, a) in zip("RFM", cols, strict=True)
    }
    return pd.DataFrame(out).astype(int)


def rfm_scores__wrong_small_integers_once_more(profile, q=5):
    """Saves memory with int8: the product q * b wraps at 128, so 30 households and q = 5 go wrong."""
    n = max(len(profile), 1)
    cols = [(profile["recency"], False), (profile["frequency"], True), (profile["monetary"], True)]
    out = {}
    for k, (c, a) in zip("RFM", cols, strict=True):
        worse = (c.rank(method="min", ascending=a) - 1).astype("int8")
        out[k] = 1 + (worse * np.int8(q)) // n
    return pd.DataFrame(out).astype(int)


def rfm_scores__wrong_sorted_by_label(profile, q=5):
    """Puts the rows in the order of their labels: a profile of b, a comes back as a, b (and equal labels raise)."""
    n = max(len(profile), 1)
    out = pd.DataFrame(index=profile.index)
    for k, c, a in (("R", "recency", False), ("F", "frequency", True), ("M", "monetary", True)):
        ordered = profile[c].sort_values(ascending=a)
        first = ~ordered.duplicated()
        worse = pd.Series(np.where(first, np.arange(len(ordered)), 0), index=ordered.index).cummax()
        out[k] = 1 + q * worse // n
    return out.sort_index()


def rfm_scores__wrong_money_in_cents(profile, q=5):
    """Rounds money to cents before ranking: 1.001 and 1.004 get the same score with q = n."""
    worse = [
        profile["recency"].rank(method="min", ascending=False) - 1,
        profile["frequency"].rank(method="min") - 1,
        profile["monetary"].round(2).rank(method="min") - 1,
    ]
    return _scored(profile, q, worse)


def rfm_scores__wrong_refund_is_zero(profile, q=5):
    """Clips money at 0: with -5 and 0 the second household gets 1 too, with q = 2."""
    worse = [
        profile["recency"].rank(method="min", ascending=False) - 1,
        profile["frequency"].rank(method="min") - 1,
        profile["monetary"].clip(lower=0).rank(method="min") - 1,
    ]
    return _scored(profile, q, worse)


def rfm_scores__wrong_days_by_calendar(profile, q=5):
    """Casts recency and frequency to int: recencies 1.2 and 1.9 tie, though any numeric type is allowed."""
    worse = [
        profile["recency"].astype(int).rank(method="min", ascending=False) - 1,
        profile["frequency"].astype(int).rank(method="min") - 1,
        profile["monetary"].rank(method="min") - 1,
    ]
    return _scored(profile, q, worse)


def rfm_scores__wrong_single_precision(profile, q=5):
    """Compares in float32: money of 20000000.5 and 20000000.75 is equal there."""
    p = profile.astype("float32")
    worse = [
        p["recency"].rank(method="min", ascending=False) - 1,
        p["frequency"].rank(method="min") - 1,
        p["monetary"].rank(method="min") - 1,
    ]
    return _scored(profile, q, worse)


def _rfm_truth(profile, q):
    return pd.DataFrame(
        {
            "R": _exact(profile["recency"].tolist(), q, fewer_better=True),
            "F": _exact(profile["frequency"].tolist(), q),
            "M": _exact(profile["monetary"].tolist(), q),
        },
        index=profile.index,
    )


def _rfm_table(seed, n):
    """A profile with names for households, many silent ones, ties and money with cents, also negative."""
    rng = np.random.default_rng(seed)
    frequency = rng.integers(0, 4, n)
    money = np.round(rng.normal(3, 4, n), 2)
    money[: n // 3] = 0.0
    return pd.DataFrame(
        {
            "recency": rng.integers(0, n // 2 + 2, n),
            "frequency": frequency,
            "monetary": rng.permutation(money),
        },
        index=[f"h{i}" for i in rng.permutation(n)],
    )


def _rfm_agrees(out, profile, q):
    truth = _rfm_truth(profile, q)
    return (
        isinstance(out, pd.DataFrame)
        and list(out.columns) == ["R", "F", "M"]
        and list(out.index) == list(profile.index)
        and all(t.kind in "iu" for t in out.dtypes)
        and out.to_numpy().tolist() == truth.to_numpy().tolist()
    )


def kill_rfm__right_random_tables(fn):
    """Sixty random tables with names, against whole-number arithmetic; the argument must survive."""
    for seed in range(20):
        n = [1, 2, 4, 5, 10, 14, 21, 30, 49, 60][seed % 10]
        profile, q = _rfm_table(seed, n), [5, 2, 3, 7, 10, 1, n][seed % 7]
        kept = profile.copy(deep=True)
        if not _rfm_agrees(fn(profile, q), kept, q) or not profile.equals(kept):
            return False
    return True


def kill_rfm__right_one_household_at_a_time(fn):
    """Counts strictly worse households one by one on four tables made by hand; catches nothing, lets errors out."""
    names = ["zoe", "adam", "mia", "leo", "ida", "kim", "eva", "tom", "una", "bob"]
    tables = [
        (
            [30, 30, 30, 30, 30, 9, 9, 4, 1, 0],
            [0, 0, 0, 0, 0, 1, 1, 2, 3, 9],
            [0, 0, 0, 0, 0, -2.5, 0.25, 0.75, 7.1, 7.2],
        ),
        (
            [3, 1, 4, 1, 5, 9, 2, 6, 5, 3],
            [2, 7, 1, 8, 2, 8, 1, 8, 2, 8],
            [-1.5, -1.25, 0.1, 0.2, 0.3, 9, 9.004, 9.001, 0, 0],
        ),
        (list(range(10)), list(range(10)), [x / 8 for x in range(10)]),
        ([9] * 10, [2] * 10, [-0.5] * 10),
    ]
    for recency, frequency, monetary in tables:
        for q in (1, 2, 3, 5, 7, 10, 20):
            profile = pd.DataFrame(
                {"recency": recency, "frequency": frequency, "monetary": monetary}, index=names
            )
            out = fn(profile.copy(), q)
            assert list(out.index) == names and set(out.columns) == set("RFM")
            for i, name in enumerate(names):
                worse = (
                    sum(x > recency[i] for x in recency),
                    sum(x < frequency[i] for x in frequency),
                    sum(x < monetary[i] for x in monetary),
                )
                for k, b in zip("RFM", worse, strict=True):
                    if int(out.at[name, k]) != 1 + q * b // 10:
                        return False
    fine = pd.DataFrame({"recency": range(22), "frequency": range(22), "monetary": range(22)})
    if fn(fine, 22)["F"].tolist() != list(range(1, 23)):
        return False
    big = pd.DataFrame(
        {"recency": range(300), "frequency": range(300), "monetary": np.arange(300) / 4 - 9},
        index=range(900, 1200),
    )
    want = [[1 + 7 * (299 - i) // 300, 1 + 7 * i // 300, 1 + 7 * i // 300] for i in range(300)]
    before = big.copy()
    out = fn(big, 7)
    return bool(
        out[["R", "F", "M"]].to_numpy().tolist() == want
        and big.equals(before)
        and (out.index == before.index).all()
    )


def kill_rfm__right_inverted(fn):
    """Never computes a score: checks the inequality n * (score - 1) <= q * b < n * score for each household."""
    for seed, n, q in [
        (1, 40, 5),
        (2, 40, 8),
        (3, 15, 5),
        (4, 15, 15),
        (5, 49, 7),
        (6, 49, 49),
        (7, 100, 5),
        (8, 7, 3),
        (9, 3, 10),
        (10, 1, 5),
        (11, 55, 11),
        (12, 28, 14),
        (13, 200, 100),
    ]:
        profile = _rfm_table(100 + seed, n)
        copy = profile.copy(deep=True)
        out = fn(copy, q)
        if not out.index.equals(profile.index) or not copy.equals(profile):
            return False
        for k, c, sign in (("R", "recency", -1), ("F", "frequency", 1), ("M", "monetary", 1)):
            x = sign * profile[c].to_numpy(float)
            b = (x[:, None] > x[None, :]).sum(axis=1)
            s = out[k].to_numpy().astype("int64")
            if not ((n * (s - 1) <= q * b) & (q * b < n * s)).all():
                return False
    return True


def kill_rfm__wrong_all_of_a_frame(fn):
    """all(out == want) looks at the column names only: a rank(method="first") or a lost sign of money passes."""
    profile = _rfm_table(3, 40)
    out = fn(profile, 5)
    return bool(
        all(out.set_axis(profile.index) == _rfm_truth(profile, 5)) and out.to_numpy().max() <= 5
    )


def kill_rfm__wrong_strict_frame(fn):
    """assert_frame_equal with its default dtype check: refuses right implementations that return int32."""
    for seed in range(20):
        profile, q = _rfm_table(seed, 30), [5, 3, 7, 30][seed % 4]
        pd.testing.assert_frame_equal(fn(profile.copy(), q), _rfm_truth(profile, q))
    return True


def kill_rfm__wrong_no_ties_once_more(fn):
    """Random money, recency and frequency without a tie, as floats: every rank method passes."""
    rng = np.random.default_rng(0)
    for q in (5, 3, 10):
        profile = pd.DataFrame(
            rng.normal(50, 20, (40, 3)),
            columns=["recency", "frequency", "monetary"],
            index=range(7, 47),
        )
        if fn(profile, q).to_numpy().tolist() != _rfm_truth(profile, q).to_numpy().tolist():
            return False
    return True


def kill_rfm__right_default_of_q(fn):
    """Calls fn(profile) for the default too, which the contract of rfm_scores has."""
    profile = _rfm_table(2, 30)
    if not _rfm_agrees(fn(profile.copy()), profile, 5):
        return False
    return kill_rfm__right_random_tables(fn)


def kill_rfm__wrong_missing_value(fn):
    """Tries a household with NaN for recency, which the contract excludes: a right one may raise or score it."""
    profile = _rfm_table(2, 30).astype(float)
    profile.iloc[3, 0] = np.nan
    worse = profile.rank(method="min", ascending=True) - 1
    out = fn(profile.copy(), 5)
    want = 1 + 5 * worse["frequency"].astype(int) // 30
    return bool(
        (out["F"] == want).all() and out["R"].iloc[3] == 1 and kill_rfm__right_random_tables(fn)
    )


def kill_rfm__wrong_one_q(fn):
    """Tests with q = 5 of 10 and 50 labelled 0, 1, 2...: a lost index, a fixed q and cuts in binary numbers pass."""
    for n in (10, 50):
        profile = _rfm_table(n, n).reset_index(drop=True)
        if fn(profile.copy(), 5).to_numpy().tolist() != _rfm_truth(profile, 5).to_numpy().tolist():
            return False
    return True


def kill_rfm__wrong_monotone(fn):
    """Checks properties only (1 to q, equal for equals, better is not lower): dense ranks and rank over max pass."""
    for seed in range(20):
        profile, q = _rfm_table(seed, 30), [5, 3, 7][seed % 3]
        out = fn(profile.copy(), q)
        if out.to_numpy().min() != 1 or out.to_numpy().max() > q:
            return False
        for k, c, up in (
            ("R", "recency", False),
            ("F", "frequency", True),
            ("M", "monetary", True),
        ):
            pairs = pd.DataFrame({"x": profile[c].to_numpy(), "s": out[k].to_numpy()}).sort_values(
                "x", ascending=up
            )
            if (pairs.groupby("x")["s"].nunique() > 1).any() or not pairs[
                "s"
            ].is_monotonic_increasing:
                return False
    return True


def kill_rfm__wrong_one_table_reused(fn):
    """Reads the truth after the call from the table it handed out, whole dollars, rows 0, 1, 2...: a lost index, a changed profile and cents cut off pass."""
    profile = _rfm_table(4, 50).reset_index(drop=True)
    profile["monetary"] = profile["monetary"].round()
    for q in (2, 3, 5, 10, 25, 50):
        if fn(profile, q).to_numpy().tolist() != _rfm_truth(profile, q).to_numpy().tolist():
            return False
    return True


def coverage_by_value__right_groupby(monetary, has_demo, q=5):
    """Score, look up by name, mean by class, reindex."""
    n = len(monetary)
    worse = monetary.rank(method="min").astype("int64").to_numpy() - 1
    known = has_demo.reindex(monetary.index, fill_value=False).to_numpy(bool)
    return (
        pd.Series(known.astype(float))
        .groupby(1 + q * worse // max(n, 1))
        .mean()
        .reindex(range(1, q + 1))
    )


def coverage_by_value__right_sets(monetary, has_demo, q=5):
    """Plain Python: a set of known names, two counters, a dictionary of shares."""
    known = {name for name, yes in has_demo.items() if yes}
    classes = _exact(monetary.tolist(), q)
    total, with_demo = Counter(classes), Counter()
    for name, c in zip(monetary.index, classes, strict=True):
        with_demo[c] += name in known
    return pd.Series(
        {c: with_demo[c] / total[c] if total[c] else math.nan for c in range(1, q + 1)}, dtype=float
    )


def coverage_by_value__right_histograms(monetary, has_demo, q=5):
    """searchsorted and two histograms; the index of the result holds floats."""
    money = monetary.to_numpy()
    classes = q * np.searchsorted(np.sort(money), money, side="left") // max(len(money), 1)
    known = monetary.index.isin(has_demo.index[has_demo.to_numpy(bool)])
    total = np.bincount(classes, minlength=q).astype(float)
    hits = np.bincount(classes[known], minlength=q)
    out = np.divide(hits, total, out=np.full(q, np.nan), where=total > 0)
    return pd.Series(out, index=np.arange(1.0, q + 1))


def _more_shares(classes, known, q):
    return (
        pd.Series(np.asarray(known, dtype=float))
        .groupby(np.asarray(classes))
        .mean()
        .reindex(range(1, q + 1))
    )


def coverage_by_value__wrong_named_is_known(monetary, has_demo, q=5):
    """Takes every name of has_demo for known: a household that is listed with False counts."""
    return _more_shares(_exact(monetary, q), monetary.index.isin(has_demo.index), q)


def coverage_by_value__wrong_mirror_of_score(monetary, has_demo, q=5):
    """ceil(q * rank / n) looks like the same class: of 4 households and q = 3 the second is in 2, not in 1."""
    rank = monetary.rank(method="min").to_numpy().astype("int64")
    known = has_demo.reindex(monetary.index, fill_value=False)
    return _more_shares(-(-q * rank // max(len(monetary), 1)), known, q)


def coverage_by_value__wrong_quantile_bins(monetary, has_demo, q=5):
    """qcut of rank(method="first"): two households with equal money are in different classes."""
    rank = monetary.rank(method="first")
    classes = pd.qcut(rank, q, labels=False) + 1
    known = has_demo.reindex(monetary.index, fill_value=False)
    return _more_shares(classes, known, q)


def coverage_by_value__wrong_outer_join_once_more(monetary, has_demo, q=5):
    """Joins both by all names and fills money with 0: a name that only has_demo knows moves the classes."""
    both = pd.concat([monetary.rename("m"), has_demo.rename("d")], axis=1)
    money = both["m"].fillna(0.0)
    known = both["d"].eq(True) & both["m"].notna()
    classes = pd.Series(_exact(money, q), index=both.index)
    return _more_shares(classes[both["m"].notna()], known[both["m"].notna()], q)


def coverage_by_value__wrong_order_of_names(monetary, has_demo, q=5):
    """Sorts the names for the look-up and not for the classes: right only if the index of monetary is sorted."""
    known = has_demo.reindex(monetary.index.sort_values(), fill_value=False)
    return _more_shares(_exact(monetary, q), known, q)


def coverage_by_value__wrong_buyers_only(monetary, has_demo, q=5):
    """Leaves out who spent nothing before scoring: money 0, 1, 2, 3 with q = 2 gives other classes."""
    spent = monetary[monetary > 0]
    known = has_demo.reindex(spent.index, fill_value=False)
    return _more_shares(_exact(spent, q), known, q)


def coverage_by_value__wrong_empty_class_zero_once_more_a_second_time(monetary, has_demo, q=5):
    """Adds up flags and divides with the empty class set to 0: all money equal, class 2 must be NaN."""
    classes = pd.Series(_exact(monetary, q), index=monetary.index)
    known = has_demo.reindex(monetary.index, fill_value=False).astype(float)
    return known.groupby(classes.to_numpy()).mean().reindex(range(1, q + 1), fill_value=0.0)


def coverage_by_value__wrong_ends_at_top_class(monetary, has_demo, q=5):
    """Lists the classes up to the highest that occurs: with all money equal and q = 5 only class 1 is there."""
    classes = _exact(monetary, q)
    known = has_demo.reindex(monetary.index, fill_value=False)
    return _more_shares(classes, known, max(classes, default=q))


def coverage_by_value__wrong_whole_money(monetary, has_demo, q=5):
    """Classes of money in whole dollars: 1.2 and 1.8 fall into one class, with q = 2."""
    known = has_demo.reindex(monetary.index, fill_value=False)
    return _more_shares(_exact(monetary.astype(int), q), known, q)


def coverage_by_value__wrong_cut_in_binary(monetary, has_demo, q=5):
    """Class by rank(pct=True) less one nth, in binary: of 5 households the one with b = 2 is in 2, not 3, with q = 5."""
    share = monetary.rank(method="min", pct=True).to_numpy() - 1 / max(len(monetary), 1)
    classes = 1 + np.floor(q * share).astype(int)
    known = has_demo.reindex(monetary.index, fill_value=False)
    return _more_shares(classes, known, q)


TRUE = {
    "to_local_day__wrong_summer_by_month_once_more": ("clock_change_missed",),
    "to_local_day__wrong_offset_at_noon": ("clock_change_missed",),
    "to_local_day__wrong_offset_read_locally": ("clock_change_missed",),
    "to_local_day__wrong_offset_of_noon": ("clock_change_missed",),
    "to_local_day__wrong_calendar_of_2017": ("clock_change_missed",),
    "break_profile__wrong_too_many_lines": ("too_many_lines",),
    "break_profile__wrong_ids_twice": ("households_asked_twice",),
    "to_local_day__wrong_five_hours": ("always_five_hours",),
    "to_local_day__wrong_zone_ignored": ("zone_ignored",),
    "to_local_day__wrong_no_midnight": ("hour_kept",),
    "to_local_day__wrong_normalised_first": ("midnight_before_the_zone",),
    "to_local_day__wrong_direction": ("zone_added_not_converted",),
    "to_local_day__wrong_as_they_stand": ("utc_day",),
    "to_local_day__wrong_new_index": ("index_lost",),
    "to_local_day__wrong_nat_dropped": ("missing_dropped",),
    "household_profile__wrong_lines": ("lines_counted",),
    "household_profile__wrong_asof_included": ("day_itself_counts",),
    "household_profile__wrong_first_day_lost": ("first_day_left_out",),
    "household_profile__wrong_no_window": ("all_of_the_past",),
    "household_profile__wrong_recency_to_data_end": ("days_to_the_last_day_in_the_data",),
    "household_profile__wrong_recency_zero": ("silent_recency_zero",),
    "household_profile__wrong_first_purchase": ("days_since_the_first_purchase",),
    "household_profile__wrong_silent_dropped": ("silent_dropped",),
    "household_profile__wrong_sorted": ("sorted_by_household",),
    "household_profile__wrong_window_fixed": ("always_eight_weeks",),
    "household_profile__wrong_days_of_purchase": ("days_counted",),
    "household_profile__wrong_one_line_per_basket": ("one_line_of_each_basket",),
    "household_profile__wrong_true_recency": ("silent_since_their_last_purchase",),
    "household_profile__wrong_mean_money": ("mean_line_for_money",),
    "leak_audit__wrong_strict": ("start_itself_allowed",),
    "leak_audit__wrong_unsorted": ("not_sorted",),
    "leak_audit__wrong_repeated": ("features_repeated",),
    "leak_audit__wrong_not_before": ("missing_times_are_late",),
    "leak_audit__wrong_all_late": ("first_record_decides",),
    "leak_audit__wrong_last_row": ("last_row_decides",),
    "leak_audit__wrong_typical": ("average_record_decides",),
    "leak_audit__wrong_by_day": ("days_compared",),
    "leak_audit__wrong_clean_ones": ("clean_ones_listed",),
    "leak_audit__wrong_most_common_first": ("most_records_first",),
    "leak_audit__wrong_nan_hides": ("missing_times_hide_the_late",),
    "population_asof__wrong_known_ignored": ("late_records_counted",),
    "population_asof__wrong_only_known": ("orders_in_advance_counted",),
    "population_asof__wrong_known_at_asof": ("arrivals_of_the_midnight_counted",),
    "population_asof__wrong_day_asof": ("the_day_counts",),
    "population_asof__wrong_edge": ("window_a_day_short",),
    "population_asof__wrong_active_by_arrival": ("window_of_arrival",),
    "population_asof__wrong_nat_is_known": ("never_arrived_counted",),
    "population_asof__wrong_not_later": ("never_arrived_counted",),
    "population_asof__wrong_activity_from_all": ("late_records_wake",),
    "population_asof__wrong_everybody": ("later_households_silent",),
    "population_asof__wrong_only_active": ("only_active_listed",),
    "population_asof__wrong_appearance_order": ("households_as_they_come",),
    "population_asof__wrong_last_row": ("last_row_counted",),
    "population_asof__wrong_bool": ("true_for_active",),
    "point_in_time_join__wrong_known_ignored": ("corrections_read_too_early",),
    "point_in_time_join__wrong_announced": ("announcements_read_too_early",),
    "point_in_time_join__wrong_last_known": ("last_arrival_read",),
    "point_in_time_join__wrong_not_strict": ("known_at_the_moment",),
    "point_in_time_join__wrong_known_at_t": ("known_at_the_moment",),
    "point_in_time_join__wrong_age_of_arrival": ("age_since_arrival",),
    "point_in_time_join__wrong_no_age": ("old_values_read",),
    "point_in_time_join__wrong_whole_days": ("age_in_whole_days",),
    "point_in_time_join__wrong_age_edge": ("oldest_value_refused",),
    "point_in_time_join__wrong_skips_withdrawn": ("withdrawn_values_skipped",),
    "point_in_time_join__wrong_groupby_last": ("withdrawn_values_skipped",),
    "point_in_time_join__wrong_first_known": ("corrections_never_read",),
    "point_in_time_join__wrong_row_order": ("last_row_read",),
    "point_in_time_join__wrong_today": ("table_of_today",),
    "point_in_time_join__wrong_index_lost": ("decisions_renumbered",),
    "point_in_time_join__wrong_by_household": ("one_value_for_each_household",),
    "rfm_scores__wrong_recency_direction": ("recency_not_reversed",),
    "rfm_scores__wrong_recency_flipped_after": ("recency_classes_turned",),
    "rfm_scores__wrong_average_rank": ("ties_averaged",),
    "rfm_scores__wrong_first_rank": ("ties_split_by_position",),
    "rfm_scores__wrong_pct": ("share_before_product",),
    "rfm_scores__wrong_ceil": ("lowest_rank_rounded_up",),
    "rfm_scores__wrong_index_lost": ("household_names_lost",),
    "rfm_scores__wrong_n_minus_one": ("all_but_one_counted",),
    "rfm_scores__wrong_q_fixed": ("always_five_classes",),
    "rfm_scores__wrong_money_to_int": ("money_in_whole_dollars",),
    "rfm_scores__wrong_no_refunds": ("refunds_as_nothing",),
    "rfm_scores__wrong_unsigned": ("unsigned_days_negated",),
    "rfm_scores__wrong_floats": ("floats_returned",),
    "rfm_scores__wrong_different_values": ("distinct_values_counted",),
    "kill_rfm__wrong_only_example": ("accepts_all",),
    "kill_rfm__wrong_always_true": ("accepts_all",),
    "kill_rfm__wrong_range_only": ("accepts_all",),
    "kill_rfm__wrong_all_classes_used": ("rejects_all",),
    "kill_rfm__wrong_sums_only": ("accepts_all",),
    "kill_rfm__wrong_against_qcut": ("rejects_all",),
    "kill_rfm__wrong_expects_error": ("rejects_all",),
    "kill_rfm__wrong_money_only": ("accepts_all",),
    "coverage_by_value__wrong_inner_join": ("classes_of_those_known",),
    "coverage_by_value__wrong_class_after_join": ("only_those_with_demographics",),
    "coverage_by_value__wrong_by_position": ("joined_by_position",),
    "coverage_by_value__wrong_nan_is_true": ("not_listed_has_it",),
    "coverage_by_value__wrong_nan_skipped": ("classes_of_those_known",),
    "coverage_by_value__wrong_listed_is_known": ("whoever_is_listed_has_it",),
    "coverage_by_value__wrong_empty_class_missing": ("empty_classes_missing",),
    "coverage_by_value__wrong_empty_class_zero": ("empty_classes_zero",),
    "coverage_by_value__wrong_share_of_demographics": ("share_of_those_known",),
    "coverage_by_value__wrong_of_all": ("share_of_all_households",),
    "coverage_by_value__wrong_equal_parts": ("ties_cut_apart",),
    "coverage_by_value__wrong_strangers_counted": ("strangers_counted",),
    "coverage_by_value__wrong_from_zero": ("classes_from_zero",),
    "coverage_by_value__wrong_best_is_one": ("best_class_first",),
    "to_local_day__wrong_not_midnight": ("hour_kept",),
    "to_local_day__wrong_tz_ignored": ("zone_ignored",),
    "to_local_day__wrong_nat_dropped_once_more": ("missing_dropped",),
    "to_local_day__wrong_new_index_once_more": ("index_lost",),
    "leak_audit__wrong_strictly_later": ("start_itself_allowed",),
    "leak_audit__wrong_order_of_rows": ("not_sorted",),
    "leak_audit__wrong_repeated_once_more": ("features_repeated",),
    "leak_audit__wrong_last_row_once_more": ("last_row_decides",),
    "leak_audit__wrong_nat_counts": ("missing_times_are_late",),
    "leak_audit__wrong_nat_hides": ("missing_times_hide_the_late",),
    "leak_audit__wrong_whole_days": ("days_compared",),
    "leak_audit__wrong_most_records": ("most_records_decide",),
    "leak_audit__wrong_stops_at_nat": ("missing_times_hide_the_late",),
    "leak_audit__wrong_by_count": ("not_sorted",),
    "population_asof__wrong_known_at_asof_once_more": ("arrivals_of_the_midnight_counted",),
    "population_asof__wrong_lower_border": ("window_a_day_short",),
    "population_asof__wrong_asof_day": ("the_day_counts",),
    "population_asof__wrong_nat_arrived": ("never_arrived_counted",),
    "population_asof__wrong_order_of_rows": ("households_as_they_come",),
    "population_asof__wrong_last_row_once_more": ("last_row_counted",),
    "population_asof__wrong_window_of_arrival": ("window_of_arrival",),
    "coverage_by_value__wrong_in_the_index": ("whoever_is_listed_has_it",),
    "coverage_by_value__wrong_qcut_once_more": ("quantile_classes",),
    "coverage_by_value__wrong_ties_split": ("ties_cut_apart",),
    "coverage_by_value__wrong_empty_class_missing_once_more": ("empty_classes_missing",),
    "coverage_by_value__wrong_empty_class_zero_once_more": ("empty_classes_zero",),
    "to_local_day__wrong_label_of_position": ("index_lost",),
    "leak_audit__wrong_last_after_sort": ("missing_times_hide_the_late",),
    "leak_audit__wrong_max_of_numpy": ("missing_times_hide_the_late",),
    "leak_audit__wrong_day_of_start": ("days_compared",),
    "leak_audit__wrong_not_before_once_more": ("missing_times_are_late",),
    "leak_audit__wrong_last_of_group": ("last_row_decides",),
    "population_asof__wrong_window_of_arrival_once_more": ("window_of_arrival",),
    "population_asof__wrong_later_of_both": ("never_arrived_counted",),
    "population_asof__wrong_ordered_in_advance": ("orders_in_advance_counted",),
    "population_asof__wrong_first_row_first": ("households_as_they_come",),
    "point_in_time_join__wrong_known_before_valid": ("last_arrival_read",),
    "point_in_time_join__wrong_whole_days_of_age": ("age_in_whole_days",),
    "point_in_time_join__wrong_last_skips_nan_once_more": ("withdrawn_values_skipped",),
    "point_in_time_join__wrong_age_of_arrival_once_more": ("age_since_arrival",),
    "point_in_time_join__wrong_order_of_time": ("sorted_by_time",),
    "point_in_time_join__wrong_correction_by_row": ("last_row_read",),
    "point_in_time_join__wrong_announced_is_valid": ("announcements_read_too_early",),
    "rfm_scores__wrong_negated_unsigned": ("unsigned_days_negated",),
    "rfm_scores__wrong_share_in_binary": ("share_before_product",),
    "rfm_scores__wrong_refund_is_zero": ("refunds_as_nothing",),
    "kill_rfm__wrong_all_of_a_frame": ("accepts_all",),
    "coverage_by_value__wrong_named_is_known": ("whoever_is_listed_has_it",),
    "coverage_by_value__wrong_quantile_bins": ("quantile_classes",),
    "coverage_by_value__wrong_empty_class_zero_once_more_a_second_time": ("empty_classes_zero",),
}

TRUE |= {
    "to_local_day__wrong_one_offset": ("one_offset_for_all",),
    "leak_audit__wrong_most_common_first": ("not_sorted",),
    "rfm_scores__wrong_dense_rank": ("distinct_values_counted",),
    "rfm_scores__wrong_qcut": ("quantile_edges_dropped",),
    "coverage_by_value__wrong_qcut": ("quantile_classes",),
}


# ---- written later, for slips of the second order ----


# ------------------------------------------------------------------------- point_in_time_join


def point_in_time_join__right_loop_again(decisions, log, max_age=90):
    """For each decision, the largest pair of times among the records that count."""
    records = defaultdict(list)
    for h, a, b, v in zip(log["household_id"], log["holds_from"], log["known_at"], log["value"]):
        records[h].append((a, b, v))
    out = []
    for h, t in zip(decisions["household_id"], decisions["time"]):
        seen = [r for r in records[h] if r[0] < t and r[1] < t]
        if not seen:
            out.append(math.nan)
            continue
        holds, _, value = max(seen, key=lambda r: r[:2])
        out.append(value if t - holds <= pd.Timedelta(days=max_age) else math.nan)
    return pd.Series(out, index=decisions.index, dtype=float)


def point_in_time_join__right_merge_and_last(decisions, log, max_age=90):
    """All pairs, those possible, sorted by both times, the last of each decision, then the age."""
    d = pd.DataFrame(
        {
            "row": range(len(decisions)),
            "h": decisions["household_id"].to_numpy(),
            "t": decisions["time"].to_numpy(),
        }
    )
    l = pd.DataFrame(
        {
            "h": log["household_id"].to_numpy(),
            "a": log["holds_from"].to_numpy(),
            "b": log["known_at"].to_numpy(),
            "v": log["value"].to_numpy(),
        }
    )
    m = d.merge(l, on="h")
    m = (
        m[(m["a"] < m["t"]) & (m["b"] < m["t"])]
        .sort_values(["row", "a", "b"])
        .drop_duplicates("row", keep="last")
    )
    m.loc[m["t"] - m["a"] > pd.Timedelta(days=max_age), "v"] = np.nan
    return (
        m.set_index("row")["v"]
        .reindex(range(len(decisions)))
        .astype(float)
        .set_axis(decisions.index)
    )


def point_in_time_join__right_old_ones_first(decisions, log, max_age=90):
    """Drops records that are too old before it chooses: the newest record is too old only if all are."""
    log = log.sort_values(["holds_from", "known_at"])
    h, a, b, v = (log[c].to_numpy() for c in ("household_id", "holds_from", "known_at", "value"))
    out = np.full(len(decisions), np.nan)
    for i, (who, t) in enumerate(
        zip(decisions["household_id"].to_numpy(), decisions["time"].to_numpy())
    ):
        ok = (h == who) & (a < t) & (b < t) & (a >= t - np.timedelta64(max_age, "D"))
        if ok.any():
            out[i] = v[np.flatnonzero(ok)[-1]]
    return pd.Series(out, index=decisions.index)


def point_in_time_join__right_walk_back(decisions, log, max_age=90):
    """Sorted lists, bisect to the records that hold before, then back until one was known."""
    lists = {}
    for h, g in log.groupby("household_id"):
        g = g.sort_values(["holds_from", "known_at"])
        lists[h] = (list(g["holds_from"]), list(g["known_at"]), list(g["value"]))
    values = []
    for h, t in zip(decisions["household_id"], decisions["time"]):
        holds, known, value = lists.get(h, ([], [], []))
        i = bisect.bisect_left(holds, t) - 1
        while i >= 0 and known[i] >= t:
            i -= 1
        good = i >= 0 and t - holds[i] <= pd.Timedelta(max_age, unit="D")
        values.append(float(value[i]) if good else float("nan"))
    return pd.Series(values, index=decisions.index, dtype="float64")


def _pairs(decisions, log):
    d = decisions[["household_id", "time"]].copy()
    d["row"] = np.arange(len(d))
    return d.merge(log[["household_id", "holds_from", "known_at", "value"]], on="household_id")


def _finish(m, decisions, max_age):
    m = m.assign(value=m["value"].where(m["time"] - m["holds_from"] <= pd.Timedelta(days=max_age)))
    return m.set_index("row")["value"].reindex(np.arange(len(decisions))).set_axis(decisions.index)


def point_in_time_join__wrong_last_skips_nan(decisions, log, max_age=90):
    """groupby(...).last() skips NaN: when the value was withdrawn, an older value takes its place."""
    m = _pairs(decisions, log)
    m = m[(m["holds_from"] < m["time"]) & (m["known_at"] < m["time"])].sort_values(
        ["holds_from", "known_at"]
    )
    last = m.groupby("row").last()
    value = last["value"].where(last["time"] - last["holds_from"] <= pd.Timedelta(days=max_age))
    return value.reindex(np.arange(len(decisions))).set_axis(decisions.index)


def point_in_time_join__wrong_whole_days_again(decisions, log, max_age=90):
    """Compares .dt.days with max_age, which cuts off the hours: 90 days and 6 hours pass as 90 days. Shows
    where times are not midnights."""
    m = _pairs(decisions, log)
    m = m[(m["holds_from"] < m["time"]) & (m["known_at"] < m["time"])].sort_values(
        ["holds_from", "known_at"]
    )
    m = m.drop_duplicates("row", keep="last")
    m["value"] = m["value"].where((m["time"] - m["holds_from"]).dt.days <= max_age)
    return m.set_index("row")["value"].reindex(np.arange(len(decisions))).set_axis(decisions.index)


def point_in_time_join__wrong_known_filter_last(decisions, log, max_age=90):
    """Chooses the record that holds from the latest time first, and gives NaN if it was not known yet: an
    older record that was known should have been read."""
    m = _pairs(decisions, log)
    m = (
        m[m["holds_from"] < m["time"]]
        .sort_values(["holds_from", "known_at"])
        .drop_duplicates("row", keep="last")
    )
    return _finish(m[m["known_at"] < m["time"]], decisions, max_age)


def point_in_time_join__wrong_available_from(decisions, log, max_age=90):
    """Orders the records by the time from which they could be read, the later of the two times: a late
    message about an older period beats a newer record that arrived before it."""
    m = _pairs(decisions, log)
    m["ready"] = m[["holds_from", "known_at"]].max(axis=1)
    m = (
        m[m["ready"] < m["time"]]
        .sort_values(["ready", "holds_from", "known_at"])
        .drop_duplicates("row", keep="last")
    )
    return _finish(m, decisions, max_age)


def point_in_time_join__wrong_tie_by_order_of_log(decisions, log, max_age=90):
    """Sorts by holds_from only: of several records that hold from the same time, the one that stands last
    in the log is read, not the one known last. Right if the log is sorted by known_at."""
    m = _pairs(decisions, log)
    m = m[(m["holds_from"] < m["time"]) & (m["known_at"] < m["time"])].sort_values(
        "holds_from", kind="stable"
    )
    return _finish(m.drop_duplicates("row", keep="last"), decisions, max_age)


def point_in_time_join__wrong_corrected_before(decisions, log, max_age=90):
    """Keeps only the last correction of each record before it looks at the decisions: a decision made
    before the correction was known finds nothing."""
    final = log.sort_values("known_at").drop_duplicates(["household_id", "holds_from"], keep="last")
    m = _pairs(decisions, final)
    m = m[(m["holds_from"] < m["time"]) & (m["known_at"] < m["time"])].sort_values("holds_from")
    return _finish(m.drop_duplicates("row", keep="last"), decisions, max_age)


def point_in_time_join__wrong_age_of_knowledge(decisions, log, max_age=90):
    """Counts the age from known_at, not from holds_from: an old record that was corrected lately passes,
    and one announced early fails."""
    m = _pairs(decisions, log)
    m = m[(m["holds_from"] < m["time"]) & (m["known_at"] < m["time"])].sort_values(
        ["holds_from", "known_at"]
    )
    m = m.drop_duplicates("row", keep="last")
    m["value"] = m["value"].where(m["time"] - m["known_at"] <= pd.Timedelta(days=max_age))
    return m.set_index("row")["value"].reindex(np.arange(len(decisions))).set_axis(decisions.index)


def point_in_time_join__wrong_holds_at_decision(decisions, log, max_age=90):
    """holds_from <= time: a record that was known before, and holds from the very time of the decision, is
    read, though it must hold from before. Shows for changes announced in advance."""
    m = _pairs(decisions, log)
    m = m[(m["holds_from"] <= m["time"]) & (m["known_at"] < m["time"])].sort_values(
        ["holds_from", "known_at"]
    )
    return _finish(m.drop_duplicates("row", keep="last"), decisions, max_age)


def point_in_time_join__wrong_age_limit_excluded(decisions, log, max_age=90):
    """age < max_age: a record that is exactly max_age days old is not older than that and counts."""
    m = _pairs(decisions, log)
    m = m[(m["holds_from"] < m["time"]) & (m["known_at"] < m["time"])].sort_values(
        ["holds_from", "known_at"]
    )
    m = m.drop_duplicates("row", keep="last")
    m["value"] = m["value"].where(m["time"] - m["holds_from"] < pd.Timedelta(days=max_age))
    return m.set_index("row")["value"].reindex(np.arange(len(decisions))).set_axis(decisions.index)


def point_in_time_join__wrong_index_as_row(decisions, log, max_age=90):
    """Uses the index of decisions as the number of the decision: of two decisions with the same label both
    get the value of one of them."""
    d = decisions[["household_id", "time"]].rename_axis("row").reset_index()
    m = d.merge(log[["household_id", "holds_from", "known_at", "value"]], on="household_id")
    m = m[(m["holds_from"] < m["time"]) & (m["known_at"] < m["time"])].sort_values(
        ["holds_from", "known_at"]
    )
    m = m.drop_duplicates("row", keep="last")
    m["value"] = m["value"].where(m["time"] - m["holds_from"] <= pd.Timedelta(days=max_age))
    return m.set_index("row")["value"].reindex(decisions.index)


def point_in_time_join__wrong_name_of_index(decisions, log, max_age=90):
    """reset_index() makes a column of the index: if the index is called ``time`` or ``household_id``, that
    column is there already, and pandas raises. The index may be anything."""
    d = decisions.reset_index()[["household_id", "time"]]
    return point_in_time_join__right_merge_and_last(d, log, max_age).set_axis(decisions.index)


def point_in_time_join__wrong_sorted_by_time(decisions, log, max_age=90):
    """Sorts the decisions by time, and gives the values the index of the unsorted table by position: right
    only if the decisions come in order of time."""
    d = decisions.sort_values("time", kind="stable")
    return point_in_time_join__right_loop_again(d, log, max_age).set_axis(decisions.index)


# -------------------------------------------------------------------------- household_profile


def household_profile__right_groupby_again(tx, ids, asof, window=56):
    """Filter, group once, reindex."""
    t = tx[(tx["day"] >= asof - pd.Timedelta(days=window)) & (tx["day"] < asof)]
    g = t.groupby("household_id")
    out = pd.DataFrame(
        {
            "frequency": g["basket_id"].nunique(),
            "monetary": g["sales_value"].sum(),
            "last": g["day"].max(),
        }
    )
    out = out.reindex(ids)
    out["recency"] = (asof - out.pop("last")).dt.days
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def household_profile__right_loop_again(tx, ids, asof, window=56):
    """One household after the other."""
    rows = []
    for h in ids:
        mine = tx[tx["household_id"] == h]
        age = (asof - mine["day"]).dt.days
        mine, age = mine[(age >= 1) & (age <= window)], age[(age >= 1) & (age <= window)]
        rows.append(
            (
                len(set(mine["basket_id"])),
                mine["sales_value"].sum(),
                age.min() if len(age) else window,
            )
        )
    return pd.DataFrame(rows, index=ids, columns=["frequency", "monetary", "recency"])


def household_profile__right_dictionaries(tx, ids, asof, window=56):
    """Sets and lists in dictionaries; whole days since the epoch; floats throughout."""
    now = np.datetime64(asof, "D").astype(int)
    day = tx["day"].to_numpy().astype("datetime64[D]").astype(int)
    baskets, money, last = defaultdict(set), defaultdict(list), {}
    for h, b, d, s in zip(tx["household_id"], tx["basket_id"], day, tx["sales_value"]):
        if now - window <= d < now:
            baskets[h].add(b)
            money[h].append(s)
            last[h] = max(d, last.get(h, d))
    return pd.DataFrame(
        {
            "frequency": [float(len(baskets[h])) for h in ids],
            "monetary": [math.fsum(money[h]) for h in ids],
            "recency": [float(now - last[h]) if h in last else float(window) for h in ids],
        },
        index=pd.Index(ids),
    )


def household_profile__right_baskets_first(tx, ids, asof, window=56):
    """Sums up each basket first, then each household."""
    seen = tx.loc[tx["day"].between(asof - pd.Timedelta(days=window), asof - pd.Timedelta(days=1))]
    b = seen.groupby(["household_id", "basket_id"], as_index=False).agg(
        s=("sales_value", "sum"), d=("day", "max")
    )
    h = b.groupby("household_id").agg(
        frequency=("s", "size"), monetary=("s", "sum"), d=("d", "max")
    )
    out = pd.DataFrame(index=ids).join(h)
    out["recency"] = (asof - out["d"]).dt.days.fillna(window)
    out[["frequency", "monetary"]] = out[["frequency", "monetary"]].fillna(0)
    return out[["frequency", "monetary", "recency"]]


def household_profile__wrong_oldest_day_excluded(tx, ids, asof, window=56):
    """day > asof - window: the first day of the window, asof - window, is left out."""
    t = tx[(tx["day"] > asof - pd.Timedelta(days=window)) & (tx["day"] < asof)]
    return household_profile__right_groupby_again(t, ids, asof, window)


def household_profile__wrong_zero_money_is_silent(tx, ids, asof, window=56):
    """Recognises silent households by a sum of 0: one that paid nothing, because all was returned or free,
    bought in the window and has a frequency and a recency of its own."""
    out = household_profile__right_groupby_again(tx, ids, asof, window)
    out.loc[out["monetary"] == 0, ["frequency", "recency"]] = 0, window
    return out


def household_profile__wrong_default_window(tx, ids, asof, window=56):
    """Fills the recency of silent households with 56, the default, instead of ``window``."""
    out = household_profile__right_groupby_again(tx, ids, asof, window)
    out.loc[out["frequency"] == 0, "recency"] = 56
    return out


def household_profile__wrong_recency_of_whole_past(tx, ids, asof, window=56):
    """Takes the last purchase from all days before asof: a household that bought only before the window
    has a recency above ``window``."""
    out = household_profile__right_groupby_again(tx, ids, asof, window)
    last = tx[tx["day"] < asof].groupby("household_id")["day"].max().reindex(ids)
    out["recency"] = (asof - last).dt.days.fillna(window)
    return out


def household_profile__wrong_cents_cut(tx, ids, asof, window=56):
    """astype(int) over the whole table, to have whole numbers again after reindex: the cents of monetary are
    cut off. Right for sums of whole dollars, as in the example."""
    return household_profile__right_groupby_again(tx, ids, asof, window).astype(int)


def household_profile__wrong_equal_lines_dropped(tx, ids, asof, window=56):
    """drop_duplicates on the lines: the same product twice in a basket at the same price is counted once in
    the money."""
    return household_profile__right_groupby_again(tx.drop_duplicates(), ids, asof, window)


def household_profile__wrong_days_for_baskets(tx, ids, asof, window=56):
    """Counts different days: two baskets of one day are one."""
    out = household_profile__right_groupby_again(tx, ids, asof, window)
    t = tx[(tx["day"] >= asof - pd.Timedelta(days=window)) & (tx["day"] < asof)]
    out["frequency"] = t.groupby("household_id")["day"].nunique().reindex(ids).fillna(0)
    return out


def household_profile__wrong_recency_from_last_day(tx, ids, asof, window=56):
    """Counts the days to the last day in the window on which anybody bought, plus one: right only if
    somebody bought on the day before asof."""
    t = tx[(tx["day"] >= asof - pd.Timedelta(days=window)) & (tx["day"] < asof)]
    out = household_profile__right_groupby_again(tx, ids, asof, window)
    last = t.groupby("household_id")["day"].max().reindex(ids)
    out["recency"] = (t["day"].max() - last).dt.days.add(1).fillna(window)
    return out


def household_profile__wrong_order_of_groupby(tx, ids, asof, window=56):
    """The rows come sorted by household, not in the order of ids."""
    return household_profile__right_groupby_again(tx, sorted(ids), asof, window)


def household_profile__wrong_column_left_in_input(tx, ids, asof, window=56):
    """Writes a column ``age`` into the caller's table, which must be left as it is."""
    tx["age"] = (asof - tx["day"]).dt.days
    g = tx[tx["age"].between(1, window)].groupby("household_id")
    out = pd.DataFrame(
        {
            "frequency": g["basket_id"].nunique(),
            "monetary": g["sales_value"].sum(),
            "recency": g["age"].min(),
        }
    )
    return out.reindex(ids).fillna({"frequency": 0, "monetary": 0, "recency": window})


def household_profile__wrong_recency_fills_zero(tx, ids, asof, window=56):
    """fill_value=0 for all three columns: a silent household gets recency 0, the best there could be."""
    g = tx[(tx["day"] >= asof - pd.Timedelta(days=window)) & (tx["day"] < asof)].groupby(
        "household_id"
    )
    out = pd.DataFrame(
        {
            "frequency": g["basket_id"].nunique(),
            "monetary": g["sales_value"].sum(),
            "recency": (asof - g["day"].max()).dt.days,
        }
    )
    return out.reindex(ids, fill_value=0)


# --------------------------------------------------------------------------------- rfm_scores


def rfm_scores__right_rank_again(profile, q=5):
    """rank(method="min") - 1, and whole numbers for the floor."""
    n = len(profile)
    out = {}
    for name, column, up in [
        ("R", "recency", False),
        ("F", "frequency", True),
        ("M", "monetary", True),
    ]:
        worse = profile[column].rank(method="min", ascending=up).sub(1).astype("int64")
        out[name] = 1 + q * worse // n
    return pd.DataFrame(out)


def rfm_scores__right_searchsorted_again(profile, q=5):
    """Positions in the sorted column."""
    n = len(profile)

    def worse_than(x, fewer_is_better):
        s = np.sort(x)
        return (
            n - np.searchsorted(s, x, side="right")
            if fewer_is_better
            else np.searchsorted(s, x, side="left")
        )

    return pd.DataFrame(
        {
            name: 1 + (q * worse_than(profile[c].to_numpy(), c == "recency").astype("int64")) // n
            for name, c in [("R", "recency"), ("F", "frequency"), ("M", "monetary")]
        },
        index=profile.index,
    )


def rfm_scores__right_fractions(profile, q=5):
    """Counting, with fractions."""
    n = len(profile)

    def score(values, worse):
        values = values.tolist()
        return [1 + math.floor(Fraction(q * sum(worse(o, v) for o in values), n)) for v in values]

    more, fewer = (lambda o, v: o < v), (lambda o, v: o > v)
    return pd.DataFrame(
        {
            "R": score(profile["recency"], fewer),
            "F": score(profile["frequency"], more),
            "M": score(profile["monetary"], more),
        },
        index=profile.index,
        dtype=int,
    )


def rfm_scores__wrong_reversed_score(profile, q=5):
    """Scores recency like the others and turns the score round, q + 1 - score: that counts who is strictly
    better, not worse. Shows with ties, and where q * b / n is not a whole number."""
    n = len(profile)
    s = {
        k: 1 + q * profile[c].rank(method="min").sub(1).astype("int64") // n
        for k, c in [("R", "recency"), ("F", "frequency"), ("M", "monetary")]
    }
    s["R"] = q + 1 - s["R"]
    return pd.DataFrame(s)


def rfm_scores__wrong_float_floor(profile, q=5):
    """floor(q * (b / n)) in floats: with n = 100, q = 100 and b = 29 the product is 28.999999999999996, and
    one score is missed. Shows for some n and q only."""
    n = len(profile)
    cols = {
        "R": -profile["recency"].astype(float),
        "F": profile["frequency"],
        "M": profile["monetary"],
    }
    return pd.DataFrame(
        {
            k: np.floor(q * ((v.rank(method="min") - 1) / n)).astype("int64") + 1
            for k, v in cols.items()
        }
    )


def rfm_scores__wrong_max_rank(profile, q=5):
    """rank(method="max") - 1 counts the other households with the same value as worse."""
    n = len(profile)
    return pd.DataFrame(
        {
            "R": 1
            + q
            * profile["recency"].rank(method="max", ascending=False).sub(1).astype("int64")
            // n,
            "F": 1 + q * profile["frequency"].rank(method="max").sub(1).astype("int64") // n,
            "M": 1 + q * profile["monetary"].rank(method="max").sub(1).astype("int64") // n,
        }
    )


def rfm_scores__wrong_average_rank_again(profile, q=5):
    """The default of rank is the average over ties: half of the equals count as worse. Shows in large ties."""
    n = len(profile)
    return pd.DataFrame(
        {
            "R": np.floor(q * (profile["recency"].rank(ascending=False) - 1) / n).astype("int64")
            + 1,
            "F": np.floor(q * (profile["frequency"].rank() - 1) / n).astype("int64") + 1,
            "M": np.floor(q * (profile["monetary"].rank() - 1) / n).astype("int64") + 1,
        }
    )


def rfm_scores__wrong_distinct_values(profile, q=5):
    """Dense ranks over the number of distinct values: counts worse values, not worse households. Shows with
    ties."""

    def score(s, up):
        return 1 + q * (s.rank(method="dense", ascending=up).astype("int64") - 1) // s.nunique()

    return pd.DataFrame(
        {
            "R": score(profile["recency"], False),
            "F": score(profile["frequency"], True),
            "M": score(profile["monetary"], True),
        }
    )


def rfm_scores__wrong_unsigned_minus(profile, q=5):
    """Turns recency round by a minus: in an unsigned type -0 stays 0 and all others become huge, so a
    recency of 0 is the worst. Right for signed types and for recencies of 1 or more."""
    n = len(profile)
    cols = {"R": -profile["recency"], "F": profile["frequency"], "M": profile["monetary"]}
    return pd.DataFrame(
        {k: 1 + q * v.rank(method="min").sub(1).astype("int64") // n for k, v in cols.items()}
    )


def rfm_scores__wrong_whole_dollars(profile, q=5):
    """Casts the table to int first: 3.20 and 3.90 become equal."""
    return rfm_scores__right_rank_again(profile.astype("int64"), q)


def rfm_scores__wrong_refunds_are_zero(profile, q=5):
    """Clips monetary at 0: households with different refunds, and those that spent nothing, become equal."""
    return rfm_scores__right_rank_again(
        profile.assign(monetary=profile["monetary"].clip(lower=0)), q
    )


def rfm_scores__wrong_q_is_five(profile, q=5):
    """Writes 5 instead of q in the formula."""
    return rfm_scores__right_rank_again(profile, 5)


def rfm_scores__wrong_others_only(profile, q=5):
    """Divides by n - 1, the number of the other households, and caps at q: the middle scores are too high.
    Shows from a few households on."""
    n = max(len(profile) - 1, 1)
    cols = {
        "R": -profile["recency"].astype(float),
        "F": profile["frequency"],
        "M": profile["monetary"],
    }
    return pd.DataFrame(
        {
            k: np.minimum(1 + q * v.rank(method="min").sub(1).astype("int64") // n, q)
            for k, v in cols.items()
        }
    )


def rfm_scores__wrong_index_lost_again(profile, q=5):
    """Arrays without the index: the households lose their names. Shows for any index but 0, 1, 2, ..."""
    return pd.DataFrame(
        {k: v.to_numpy() for k, v in rfm_scores__right_rank_again(profile, q).items()}
    )


def rfm_scores__wrong_small_integers(profile, q=5):
    """Keeps the ranks as int8 to save memory: q times b overflows from 128 on. Shows with 26 households or
    more for q = 5."""
    n = len(profile)
    cols = {
        "R": -profile["recency"].astype(float),
        "F": profile["frequency"],
        "M": profile["monetary"],
    }
    out = {}
    with np.errstate(all="ignore"):
        for k, v in cols.items():
            b = (v.rank(method="min").to_numpy() - 1).astype("int8")
            out[k] = 1 + (b * np.int8(q)).astype("int64") // n
    return pd.DataFrame(out, index=profile.index)


# ----------------------------------------------------------------------------------- kill_rfm


def _people(n=20):
    i = np.arange(n)
    return pd.DataFrame(
        {
            "recency": np.where(i % 2 == 0, 56, 1 + (i * 7) % 11),
            "frequency": np.where(i % 2 == 0, 0, 1 + (i * 5) % 4),
            "monetary": np.where(i % 2 == 0, 0.0, ((i * 13) % 17) / 4 - 0.5),
        },
        index=1000 - 7 * ((i * 3) % n),
    )


def _expected(profile, q):
    return rfm_scores__right_fractions(profile, q)


def _same_4(got, want):
    return (
        list(got.index) == list(want.index)
        and set(got.columns) == {"R", "F", "M"}
        and all(np.array_equal(got[c].to_numpy(), want[c].to_numpy()) for c in want)
    )


def kill_rfm__right_many_q(fn):
    """Silent households, ties, cents, a refund, names; many q; the floor where floats fail; no change."""
    cases = [(_people(), q) for q in (1, 2, 3, 4, 5, 7, 10, 20)]
    hundred = pd.DataFrame(
        {"recency": range(1, 101), "frequency": range(100), "monetary": np.arange(100) / 8}
    )
    cases += [(hundred, 100), (hundred, 50), (_people(49), 49), (_people(30), 30)]
    for profile, q in cases:
        before = profile.copy()
        if not _same_4(fn(profile, q), _expected(before, q)) or not profile.equals(before):
            return False
    return True


def kill_rfm__right_by_hand_again(fn):
    """Ten households worked out by hand, and the exact floor."""
    p = pd.DataFrame(
        {
            "recency": [56, 56, 56, 56, 56, 9, 9, 3, 2, 1],
            "frequency": [0, 0, 0, 0, 0, 1, 1, 2, 2, 7],
            "monetary": [0.0, 0.0, 0.0, 0.0, 0.0, -1.5, 3.2, 3.9, 12.0, 12.5],
        },
        index=list("jbhdfaicge"),
    )
    want5 = {
        "R": [1] * 5 + [3, 3, 4, 5, 5],
        "F": [1] * 5 + [3, 3, 4, 4, 5],
        "M": [1] * 6 + [4, 4, 5, 5],
    }
    want10 = {
        "R": [1] * 5 + [6, 6, 8, 9, 10],
        "F": [1] * 5 + [6, 6, 8, 8, 10],
        "M": [2] * 5 + [1, 7, 8, 9, 10],
    }
    copy = p.copy()
    for q, want in ((5, want5), (10, want10)):
        got = fn(p, q)
        if list(got.index) != list(p.index) or any(got[c].tolist() != want[c] for c in "RFM"):
            return False
    line = pd.DataFrame({c: range(100) for c in ("recency", "frequency", "monetary")})
    got = fn(line, 100)
    return (
        p.equals(copy)
        and got["F"].tolist() == list(range(1, 101))
        and got["R"].tolist() == list(range(100, 0, -1))
    )


def kill_rfm__right_random(fn):
    """Random tables against counting; exceptions reject."""
    rng = np.random.default_rng(3)
    try:
        for _ in range(15):
            n = int(rng.integers(1, 60))
            p = pd.DataFrame(
                {
                    "recency": rng.integers(1, 20, n),
                    "frequency": rng.integers(0, 6, n),
                    "monetary": np.round(rng.normal(1, 3, n) * (rng.random(n) < 0.6), 1) + 0.0,
                },
                index=rng.permutation(1000)[:n],
            )
            for q in (int(rng.integers(1, 12)), n):
                before = p.copy()
                pd.testing.assert_frame_equal(
                    fn(p, q)[["R", "F", "M"]],
                    _expected(before, q),
                    check_dtype=False,
                    check_names=False,
                )
                pd.testing.assert_frame_equal(p, before)
        line = pd.DataFrame({c: range(100) for c in ("recency", "frequency", "monetary")})
        return bool((fn(line, 100)["M"].to_numpy() == np.arange(1, 101)).all())
    except Exception:
        return False


def kill_rfm__wrong_only_the_example(fn):
    """Tests the docstring's example only, on which all wrong versions are right."""
    p = pd.DataFrame(
        {"recency": [30, 20, 10, 1], "frequency": [1, 1, 4, 9], "monetary": [5, 6, 7, 8]}
    )
    return fn(p, 5).to_numpy().tolist() == [[1, 1, 1], [2, 1, 2], [3, 3, 3], [4, 4, 4]]


def kill_rfm__wrong_no_ties_again(fn):
    """All values differ, whole and positive, with the index 0, 1, 2, ...: mistakes with ties, refunds, cents
    and names do not show."""
    p = pd.DataFrame(
        {
            "recency": [9, 3, 7, 1, 5, 2],
            "frequency": [1, 5, 2, 9, 3, 7],
            "monetary": [4, 90, 6, 70, 8, 50],
        }
    )
    return all(
        np.array_equal(fn(p, q)[["R", "F", "M"]].to_numpy(), _expected(p, q).to_numpy())
        for q in (3, 5)
    )


def kill_rfm__wrong_range_only_again(fn):
    """Tests that scores lie between 1 and q, that equal values have equal scores and that the best
    recency has the best R: wrong ranks, floors and denominators have these properties too."""
    p = _people()
    s = fn(p, 5)
    ties = all(
        s[k].groupby(p[c]).nunique().max() == 1
        for k, c in [("R", "recency"), ("F", "frequency"), ("M", "monetary")]
    )
    return bool(
        ties
        and s.min().min() >= 1
        and s.max().max() <= 5
        and s["R"][p["recency"].idxmin()] == s["R"].max()
    )


def kill_rfm__wrong_best_gets_q(fn):
    """Demands that the best household always has the score q: with ties at the top, or fewer households
    than q, it has less, so right versions are rejected."""
    for q in (3, 5, 30):
        s = fn(_people(), q)
        if not _same_4(s, _expected(_people(), q)) or not (s.max() == q).all():
            return False
    return True


def kill_rfm__wrong_int64_demanded(fn):
    """Demands int64 in each column: int32 is an int too, and right versions that return it, or a platform's
    own int, are rejected."""
    want = _expected(_people(), 5)
    return bool(
        fn(_people(), 5)[["R", "F", "M"]].astype(want.dtypes.to_dict()).equals(want)
    ) and all(str(t) == "int64" for t in fn(_people().astype({"frequency": "int32"}), 5).dtypes)


def kill_rfm__wrong_expected_by_float_floor(fn):
    """Computes what it expects by int(q * (b / n)) in floats: for n = q = 100 its own expectation misses the
    score of b = 29, and right versions are rejected."""
    p = pd.DataFrame({c: range(100) for c in ("recency", "frequency", "monetary")})
    b = p["frequency"].rank(method="min") - 1
    want = 1 + np.floor(100 * (b / 100)).astype(int)
    return (
        _same_4(fn(_people(), 5), _expected(_people(), 5))
        and fn(p, 100)["F"].tolist() == want.tolist()
    )


def kill_rfm__wrong_sorted_values(fn):
    """Compares the sorted scores of each column: scores that went to other households, and a lost index,
    pass. And monetary has no cents and no refunds, q is 5 only."""
    p = _people().assign(monetary=lambda t: (t["monetary"] * 4).round().clip(lower=0))
    s, want = fn(p, 5), _expected(p, 5)
    return all(sorted(s[c]) == sorted(want[c]) for c in "RFM")


def kill_rfm__wrong_frequency_only(fn):
    """Checks F only: the direction of recency and refunds do not show."""
    p = _people()
    return all(
        np.array_equal(fn(p, q)["F"].to_numpy(), _expected(p, q)["F"].to_numpy()) for q in (4, 5)
    )


def kill_rfm__wrong_missing_values(fn):
    """Also demands that a household with a missing value keeps a row: the contract says that none is
    missing, and right versions may raise there."""
    p = _people()
    if not _same_4(fn(p, 5), _expected(p, 5)):
        return False
    p.loc[p.index[0], "monetary"] = np.nan
    return len(fn(p, 5)) == len(p)


TRUE |= {
    "point_in_time_join__wrong_last_skips_nan": ("withdrawn_values_skipped",),
    "point_in_time_join__wrong_whole_days_again": ("age_in_whole_days",),
    "point_in_time_join__wrong_tie_by_order_of_log": ("last_row_read",),
    "point_in_time_join__wrong_age_of_knowledge": ("age_since_arrival",),
    "point_in_time_join__wrong_age_limit_excluded": ("oldest_value_refused",),
    "point_in_time_join__wrong_sorted_by_time": ("sorted_by_time",),
    "household_profile__wrong_oldest_day_excluded": ("first_day_left_out",),
    "household_profile__wrong_recency_of_whole_past": ("silent_since_their_last_purchase",),
    "household_profile__wrong_days_for_baskets": ("days_counted",),
    "household_profile__wrong_order_of_groupby": ("sorted_by_household",),
    "household_profile__wrong_recency_fills_zero": ("silent_recency_zero",),
    "rfm_scores__wrong_reversed_score": ("recency_classes_turned",),
    "rfm_scores__wrong_float_floor": ("share_before_product",),
    "rfm_scores__wrong_average_rank_again": ("ties_averaged",),
    "rfm_scores__wrong_distinct_values": ("distinct_values_counted",),
    "rfm_scores__wrong_unsigned_minus": ("unsigned_days_negated",),
    "rfm_scores__wrong_whole_dollars": ("money_in_whole_dollars",),
    "rfm_scores__wrong_refunds_are_zero": ("refunds_as_nothing",),
    "rfm_scores__wrong_q_is_five": ("always_five_classes",),
    "rfm_scores__wrong_others_only": ("all_but_one_counted",),
    "rfm_scores__wrong_index_lost_again": ("household_names_lost",),
    "kill_rfm__wrong_only_the_example": ("accepts_all",),
    "kill_rfm__wrong_no_ties_again": ("looks_only_at_the_range",),
    "kill_rfm__wrong_best_gets_q": ("rejects_all",),
    "kill_rfm__wrong_expected_by_float_floor": ("rejects_all",),
}


def _profile(lines, ids, asof, defect=None):
    rows = {}
    for who in ids:
        first = -(10**9) if defect == "no_window" else asof - 30
        last = asof if defect == "asof_day_included" else asof - 1
        mine = [x for x in lines if x[0] == who and first <= x[2] <= last]
        if not mine:
            if defect != "silent_households_dropped":
                rows[who] = (0, 0.0, 30)
            continue
        baskets = len(mine) if defect == "lines_for_baskets" else len({x[1] for x in mine})
        money = sum(x[3] if defect == "quantity_for_money" else x[4] for x in mine)
        end = max(x[2] for x in lines) if defect == "recency_from_last_day" else asof
        rows[who] = (baskets, float(money), end - max(x[2] for x in mine))
    return rows


_SIX = {
    "lines_for_baskets": ([(1, 7, 95, 1, 4.0), (1, 7, 95, 1, 4.0)], [1], 100),
    "recency_from_last_day": ([(1, 7, 95, 1, 4.0)], [1], 100),
    "silent_households_dropped": ([(1, 7, 95, 1, 4.0)], [1, 2], 100),
    "quantity_for_money": ([(1, 7, 95, 1, 4.0)], [1], 100),
    "asof_day_included": ([(1, 7, 95, 1, 4.0), (1, 8, 100, 1, 4.0)], [1], 100),
    "no_window": ([(1, 7, 95, 1, 4.0), (1, 8, 69, 1, 4.0)], [1], 100),
}


def break_profile__right_one_case_each(defect):
    """A small case for each defect."""
    lines, ids, asof = _SIX[defect]
    return list(lines), list(ids), asof


def break_profile__right_one_for_all_eleventh(defect):
    """The same six lines show all six defects; negative day of the profile, silent household first."""
    lines = [
        (5, 1, -40, 3, 2.5),
        (5, 1, -5, 3, 2.5),
        (5, 1, -5, 9, 0.0),
        (5, 2, 0, 1, 1.0),
        (8, 3, -31, 1, 1.0),
        (9, 4, 6, 1, 1.0),
    ]
    return lines, [8, 9, 5], 0


def break_profile__right_searched(defect):
    """Draws purchases until a simulation of the defect gives another table."""
    rng = random.Random(5)
    while True:
        lines = [
            (
                rng.randint(1, 3),
                rng.randint(1, 4),
                rng.randint(60, 104),
                rng.randint(0, 4),
                0.5 * rng.randint(0, 9),
            )
            for _ in range(rng.randint(1, 7))
        ]
        ids = [1, 2, 3]
        if _profile(lines, ids, 100) != _profile(lines, ids, 100, defect):
            return lines, ids, 100


def _six_but(defect, name, lines, ids, asof=100):
    return (lines, ids, asof) if defect == name else break_profile__right_one_case_each(defect)


def break_profile__wrong_repeat_outside_window(defect):
    """lines_for_baskets: the second line of the basket is 40 days old, so no table reads it."""
    return _six_but(defect, "lines_for_baskets", [(1, 7, 95, 1, 4.0), (1, 7, 60, 1, 4.0)], [1])


def break_profile__wrong_latest_line_is_asof(defect):
    """recency_from_last_day: the latest line is of the day asof itself, so the two days agree."""
    return _six_but(defect, "recency_from_last_day", [(1, 7, 95, 1, 4.0), (2, 8, 100, 1, 4.0)], [1])


def break_profile__wrong_silent_on_first_day(defect):
    """silent_households_dropped: the 'silent' household bought on asof - 30, which is in the window."""
    return _six_but(
        defect, "silent_households_dropped", [(1, 7, 95, 1, 4.0), (2, 8, 70, 1, 4.0)], [1, 2]
    )


def break_profile__wrong_swapped_sums(defect):
    """quantity_for_money: each line differs, but the sums are both 5."""
    return _six_but(defect, "quantity_for_money", [(1, 7, 95, 2, 3.0), (1, 8, 94, 3, 2.0)], [1])


def break_profile__wrong_asof_of_stranger(defect):
    """asof_day_included: the line of the day asof is of a household that is not described."""
    return _six_but(defect, "asof_day_included", [(1, 7, 95, 1, 4.0), (2, 8, 100, 1, 4.0)], [1])


def break_profile__wrong_old_line_adds_nothing_eleventh(defect):
    """no_window: the old line is of the same basket and costs 0, so no number changes."""
    return _six_but(defect, "no_window", [(1, 7, 95, 1, 4.0), (1, 7, 60, 1, 0.0)], [1])


def break_profile__wrong_basket_of_two_households_eleventh(defect):
    """lines_for_baskets: the repeated basket number is of two households, one line each."""
    return _six_but(defect, "lines_for_baskets", [(1, 7, 95, 1, 4.0), (2, 7, 95, 1, 4.0)], [1, 2])


def break_profile__wrong_ids_from_lines(defect):
    """The ids are read off the lines, so household 1 is in ids twice (lines_for_baskets)."""
    lines, ids, asof = break_profile__right_one_case_each(defect)
    more = [i for i in ids if i not in {x[0] for x in lines}]
    return lines, [x[0] for x in lines] + more, asof


def break_profile__wrong_refund_eleventh(defect):
    """quantity_for_money: the sales are -4.0, below the allowed 0."""
    return _six_but(defect, "quantity_for_money", [(1, 7, 95, 1, -4.0)], [1])


def to_local_day__right_chain(ts, tz="America/New_York"):
    """Localise, convert, drop the zone, then go to midnight."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def to_local_day__right_zoneinfo_loop_eleventh(ts, tz="America/New_York"):
    """One stamp at a time with zoneinfo; the dtype is set at the end."""
    zone = ZoneInfo(tz)
    out = []
    for t in ts.tolist():
        if t is pd.NaT or pd.isna(t):
            out.append(np.datetime64("NaT", "s"))
            continue
        local = t.to_pydatetime(warn=False).replace(tzinfo=timezone.utc).astimezone(zone)
        out.append(np.datetime64(local.date().isoformat(), "s"))
    return pd.Series(np.array(out, dtype="datetime64[s]"), index=ts.index)


def to_local_day__right_numpy_days(ts, tz="America/New_York"):
    """A DatetimeIndex, then numpy days; midnight as datetime64[D] cast back."""
    local = pd.DatetimeIndex(ts.to_numpy()).tz_localize("UTC").tz_convert(tz).tz_localize(None)
    day = local.to_numpy().astype("datetime64[D]").astype("datetime64[ns]")
    return pd.Series(day, index=ts.index, name="local day")


def to_local_day__wrong_offset_per_date(ts, tz="America/New_York"):
    """Looks the offset up at 00:00 UTC of each date: 2017-03-26 23:30 in Europe/London is the 27th, not the 26th."""
    start = ts.dt.normalize()
    offset = start.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None) - start
    return (ts + offset).dt.normalize()


def to_local_day__wrong_microseconds_assumed(ts, tz="America/New_York"):
    """Reads the integers as microseconds: a Series of datetime64[ns] or [s] lands in another century, or raises."""
    whole = ts.to_numpy().view("int64").view("datetime64[us]")
    local = pd.DatetimeIndex(whole).tz_localize("UTC").tz_convert(tz).tz_localize(None)
    return pd.Series(local.normalize(), index=ts.index)


def to_local_day__wrong_rounded_seconds(ts, tz="America/New_York"):
    """Rounds to seconds first: 2017-01-10 04:59:59.700 becomes 05:00:00, the next local day."""
    clean = ts.dt.round("s")
    return clean.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def to_local_day__wrong_days_of_2017(ts, tz="America/New_York"):
    """Finds summer by the day of the year of 2017 for New York: wrong for 2016-03-12 04:30 (winter still)."""
    if tz != "America/New_York":
        return to_local_day__right_chain(ts, tz)
    doy = (ts - pd.Timedelta(hours=7)).dt.dayofyear
    summer = doy.between(71, 308)
    return (ts - pd.to_timedelta(np.where(summer, 4, 5), unit="h")).dt.normalize()


def to_local_day__wrong_new_series(ts, tz="America/New_York"):
    """Builds a Series of a Series with the index: aligned by label, so NaT for the index ['a', 'b']."""
    local = pd.Series(
        [
            t.tz_localize("UTC").tz_convert(tz).tz_localize(None) if t is not pd.NaT else pd.NaT
            for t in ts
        ]
    )
    return pd.Series(pd.to_datetime(local).dt.normalize(), index=ts.index)


def to_local_day__wrong_truncates_to_zero(ts, tz="America/New_York"):
    """int(seconds / 86400) goes towards zero: 1969-12-31 12:00 becomes 1970-01-01."""
    local = ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None)
    seconds = (local - pd.Timestamp(0)) / pd.Timedelta(seconds=1)
    return pd.Timestamp(0) + pd.to_timedelta(np.trunc(seconds / 86400), unit="D")


def to_local_day__wrong_nat_carried_forward(ts, tz="America/New_York"):
    """Fills NaT to be able to convert, and forgets to put it back: [2017-01-10, NaT] has no NaT."""
    full = ts.ffill().bfill()
    return full.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def household_profile__right_group_reindex(tx, ids, asof, window=56):
    """Filter, group once, reindex."""
    inside = tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]
    out = inside.groupby("household_id").agg(
        frequency=("basket_id", "nunique"), monetary=("sales_value", "sum"), last=("day", "max")
    )
    out["recency"] = (asof - out.pop("last")).dt.days
    out = out.reindex(ids)
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def household_profile__right_loops(tx, ids, asof, window=56):
    """Dictionaries and math.fsum."""
    baskets, sums, best = defaultdict(set), defaultdict(list), {}
    columns = (tx[c].tolist() for c in ("household_id", "basket_id", "day", "sales_value"))
    for who, basket, day, value in zip(*columns, strict=True):
        age = (asof - day).days
        if 1 <= age <= window:
            baskets[who].add(basket)
            sums[who].append(value)
            best[who] = min(age, best.get(who, age))
    rows = [(len(baskets.get(i, ())), math.fsum(sums.get(i, ())), best.get(i, window)) for i in ids]
    return pd.DataFrame(rows, index=ids, columns=["frequency", "monetary", "recency"], dtype=float)


def household_profile__right_clipped_recency_eleventh(tx, ids, asof, window=56):
    """Recency is of the last purchase at any earlier time, cut at the window; codes by get_indexer."""
    index = pd.Index(ids)
    days = ((asof - tx["day"]) / pd.Timedelta(days=1)).to_numpy()
    code = index.get_indexer(tx["household_id"])
    ok = (code >= 0) & (days >= 1)
    recency = np.full(len(index), float(window))
    np.minimum.at(recency, code[ok], days[ok])
    ok &= days <= window
    money = np.bincount(
        code[ok], weights=tx["sales_value"].to_numpy(float)[ok], minlength=len(index)
    )
    pairs = set(zip(code[ok].tolist(), tx["basket_id"].to_numpy()[ok].tolist(), strict=True))
    number = Counter(c for c, _ in pairs)
    frequency = [number[c] for c in range(len(index))]
    return pd.DataFrame(
        {"frequency": frequency, "monetary": money, "recency": recency}, index=index
    )


def household_profile__wrong_silent_by_money(tx, ids, asof, window=56):
    """Takes sum 0 for silent: a basket of one free line (0.0) three days ago gets recency 56."""
    out = household_profile__right_group_reindex(tx, ids, asof, window)
    out["recency"] = out["recency"].where(out["monetary"] != 0, window)
    return out


def household_profile__wrong_basket_per_day(tx, ids, asof, window=56):
    """Counts pairs of basket and day: one basket with lines on two days (over midnight) counts as two."""
    out = household_profile__right_group_reindex(tx, ids, asof, window)
    inside = tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]
    visits = inside.drop_duplicates(["household_id", "basket_id", "day"])
    out["frequency"] = visits.groupby("household_id").size().reindex(ids, fill_value=0)
    return out


def household_profile__wrong_equal_lines_once_eleventh(tx, ids, asof, window=56):
    """Drops duplicate rows: two lines of 2.0 on one receipt add up to 2.0."""
    keep = ["household_id", "basket_id", "day", "sales_value"]
    return household_profile__right_group_reindex(tx[keep].drop_duplicates(), ids, asof, window)


def household_profile__wrong_whole_weeks(tx, ids, asof, window=56):
    """The window is taken in whole weeks: with window=30 a purchase 29 days ago is lost."""
    start = asof - pd.Timedelta(weeks=window // 7)
    return household_profile__right_group_reindex(tx[tx["day"] >= start], ids, asof, window)


def household_profile__wrong_refunds_dropped(tx, ids, asof, window=56):
    """Reads only lines with positive sales: a refund of -2.0 is not taken off."""
    return household_profile__right_group_reindex(tx[tx["sales_value"] > 0], ids, asof, window)


def household_profile__wrong_positions_as_labels(tx, ids, asof, window=56):
    """np.flatnonzero with .loc: right for a RangeIndex only; index [10, 11, 12] raises."""
    inside = (tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))
    return household_profile__right_group_reindex(tx.loc[np.flatnonzero(inside)], ids, asof, window)


def household_profile__wrong_silent_by_recency(tx, ids, asof, window=56):
    """Takes recency == window for silent: a purchase exactly 56 days ago loses its basket and money."""
    out = household_profile__right_group_reindex(tx, ids, asof, window)
    out.loc[out["recency"] >= window, ["frequency", "monetary"]] = 0
    return out


def household_profile__wrong_absolute_age(tx, ids, asof, window=56):
    """Takes the absolute age, so the day after asof is read too: a line on asof + 2 days counts."""
    age = (asof - tx["day"]).dt.days.abs()
    inside = tx[age.between(1, window)].assign(age=age)
    by = inside.groupby("household_id")
    out = pd.DataFrame(
        {
            "frequency": by["basket_id"].nunique(),
            "monetary": by["sales_value"].sum(),
            "recency": by["age"].min(),
        }
    ).reindex(ids)
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def household_profile__wrong_slice_of_unsorted(tx, ids, asof, window=56):
    """Slices a DatetimeIndex that must be sorted: raises KeyError for unsorted rows."""
    by_day = tx.set_index("day", drop=False).rename_axis(None)
    inside = by_day.loc[asof - pd.Timedelta(days=window) : asof - pd.Timedelta(days=1)]
    return household_profile__right_group_reindex(inside, ids, asof, window)


def leak_audit__right_mask_eleventh(feature_log, label_start):
    """A mask, unique, sorted."""
    return sorted(feature_log.loc[feature_log["source_time"] >= label_start, "feature"].unique())


def leak_audit__right_latest_of_each(feature_log, label_start):
    """The latest time of each feature; max skips NaT."""
    latest = {}
    for name, time in zip(feature_log["feature"], feature_log["source_time"], strict=True):
        if not pd.isna(time):
            latest[name] = max(time, latest.get(name, time))
    return tuple(sorted(name for name, time in latest.items() if not time < label_start))


def leak_audit__right_sorted_array(feature_log, label_start):
    """Sorts by time, cuts with searchsorted, and returns an array."""
    log = feature_log.dropna(subset=["source_time"]).sort_values("source_time")
    start = log["source_time"].searchsorted(label_start, side="left")
    return np.array(sorted(set(log["feature"].tolist()[start:])), dtype=object)


def leak_audit__wrong_by_calendar_day(feature_log, label_start):
    """Compares days: a record of 09:00 leaks for a period that begins at 12:00 of the same day."""
    day = feature_log["source_time"].dt.normalize()
    return sorted(feature_log.loc[day >= label_start.normalize(), "feature"].unique())


def leak_audit__wrong_nat_hides_leak(feature_log, label_start):
    """numpy's max is NaT when one record has no time: ['spend', NaT] and ['spend', later] is missed."""
    latest = feature_log.groupby("feature")["source_time"].agg(lambda s: s.to_numpy().max())
    return sorted(latest.index[latest >= label_start])


def leak_audit__wrong_nat_sorted_last(feature_log, label_start):
    """Keeps the last row of each feature after sorting by time; NaT sorts last and hides the leak."""
    last = feature_log.sort_values("source_time").drop_duplicates("feature", keep="last")
    return sorted(last.loc[last["source_time"] >= label_start, "feature"])


def leak_audit__wrong_days_towards_zero(feature_log, label_start):
    """int() of a part of a day is 0: a record six hours before the start is named."""
    days = (feature_log["source_time"].dropna() - label_start) / pd.Timedelta(days=1)
    late = days.astype(int) >= 0
    return sorted(feature_log["feature"][feature_log["source_time"].notna()][late].unique())


def leak_audit__wrong_text_comparison(feature_log, label_start):
    """Compares text: '2017-03-01' < '2017-03-01 00:00:00', so a record at the very start is missed."""
    text = feature_log["source_time"].dt.strftime("%Y-%m-%d")
    late = (text >= str(label_start)) & text.notna()
    return sorted(feature_log.loc[late.astype(bool), "feature"].unique())


def leak_audit__wrong_last_row_eleventh(feature_log, label_start):
    """The last row of each feature stands for its latest record: wrong when a later row is older."""
    last = feature_log.groupby("feature")["source_time"].last()
    return sorted(last.index[last >= label_start])


def leak_audit__wrong_order_of_first_leak(feature_log, label_start):
    """Sorted by time before unique, so the names come in the order of their leaks: b on day 1, a on day 2."""
    late = feature_log[feature_log["source_time"] >= label_start]
    return late.sort_values(["source_time", "feature"])["feature"].unique().tolist()


def _status_eleventh(active, everybody):
    index = pd.Index(sorted(everybody), dtype="int64")
    return pd.Series(
        ["active" if h in active else "silent" for h in index], index=index, dtype="str"
    )


def population_asof__right_last_day(tx, asof, window=56):
    """The last day of the records that count."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts.groupby("household_id")["day"].max()
    return (
        (last >= asof - pd.Timedelta(days=window))
        .map({True: "active", False: "silent"})
        .astype("str")
    )


def population_asof__right_sets_eleventh(tx, asof, window=56):
    """Two sets from a plain loop."""
    active, everybody = set(), set()
    for who, day, known in zip(tx["household_id"], tx["day"], tx["known"], strict=True):
        if pd.notna(known) and known < asof and day < asof:
            everybody.add(who)
            if (asof - day).days <= window:
                active.add(who)
    return _status_eleventh(active, everybody)


def population_asof__right_unique_inverse(tx, asof, window=56):
    """numpy: unique with inverse, and logical_or.at."""
    day, known = tx["day"].to_numpy(), tx["known"].to_numpy()
    ok = (day < asof.to_datetime64()) & (known < asof.to_datetime64())
    who, inverse = np.unique(tx["household_id"].to_numpy()[ok], return_inverse=True)
    active = np.zeros(len(who), dtype=bool)
    np.logical_or.at(active, inverse, day[ok] >= (asof - pd.Timedelta(days=window)).to_datetime64())
    return pd.Series(np.where(active, "active", "silent"), index=who, dtype=object)


def population_asof__wrong_last_arrived(tx, asof, window=56):
    """Judges by the record that arrived last: an old purchase that arrives late makes an active household silent."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)].sort_values(["known", "day"])
    last = counts.groupby("household_id")["day"].last()
    return (
        (last >= asof - pd.Timedelta(days=window))
        .map({True: "active", False: "silent"})
        .astype("str")
    )


def population_asof__wrong_known_in_whole_days(tx, asof, window=56):
    """Asks for a whole day since the arrival: a record known at 23:00 of the day before is lost."""
    counts = tx[(tx["day"] < asof) & ((asof - tx["known"]).dt.days >= 1)]
    return population_asof__right_last_day(counts, asof, window)


def population_asof__wrong_nat_skipped_by_max(tx, asof, window=56):
    """The later of the two times decides, and max skips NaT: a record that has not arrived counts."""
    counts = tx[tx[["day", "known"]].max(axis="columns") < asof]
    last = counts.groupby("household_id")["day"].max()
    return (
        (last >= asof - pd.Timedelta(days=window))
        .map({True: "active", False: "silent"})
        .astype("str")
    )


def population_asof__wrong_known_is_enough(tx, asof, window=56):
    """Thinks that what is known has happened: an order of 5 July placed on 20 June counts on 1 July."""
    counts = tx[tx["known"] < asof]
    last = counts.groupby("household_id")["day"].max()
    return (
        (last >= asof - pd.Timedelta(days=window))
        .map({True: "active", False: "silent"})
        .astype("str")
    )


def population_asof__wrong_population_by_known(tx, asof, window=56):
    """The population is read from known alone: a household with nothing but an advance order is 'silent'."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    active = counts.loc[counts["day"] >= asof - pd.Timedelta(days=window), "household_id"]
    return _status_eleventh(set(active), set(tx.loc[tx["known"] < asof, "household_id"]))


def population_asof__wrong_known_in_window_too(tx, asof, window=56):
    """The window is asked of both times: an order placed 60 days ahead for yesterday is silent."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    start = asof - pd.Timedelta(days=window)
    active = counts.loc[(counts["day"] >= start) & (counts["known"] >= start), "household_id"]
    return _status_eleventh(set(active), set(counts["household_id"]))


def population_asof__wrong_window_of_arrival_eleventh(tx, asof, window=56):
    """A record is dated by the later of its times: a purchase of May that arrived in June is active on 1 July."""
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts[["day", "known"]].max(axis="columns").groupby(counts["household_id"]).max()
    return (
        (last >= asof - pd.Timedelta(days=window))
        .map({True: "active", False: "silent"})
        .astype("str")
    )


def population_asof__wrong_latest_before_filter(tx, asof, window=56):
    """Keeps the latest known record of each household first: one that buys again on 5 July is lost."""
    latest = tx[tx["known"] < asof].sort_values("day").drop_duplicates("household_id", keep="last")
    return population_asof__right_last_day(latest, asof, window)


def _pairs_eleventh(decisions, log):
    left = pd.DataFrame(
        {"household_id": decisions["household_id"].to_numpy(), "time": decisions["time"].to_numpy()}
    )
    left["row"] = np.arange(len(left))
    return left.merge(log[["household_id", "holds_from", "known_at", "value"]], on="household_id")


def _column(picked, decisions):
    out = np.full(len(decisions), np.nan)
    out[picked["row"].to_numpy()] = picked["value"].to_numpy(float)
    return pd.Series(out, index=decisions.index)


def point_in_time_join__right_all_pairs(decisions, log, max_age=90):
    """All pairs, sorted, the last of each decision, then the age."""
    p = _pairs_eleventh(decisions, log)
    p = p[(p["holds_from"] < p["time"]) & (p["known_at"] < p["time"])]
    p = p.sort_values(["holds_from", "known_at"]).drop_duplicates("row", keep="last")
    fresh = p["time"] - p["holds_from"] <= pd.Timedelta(days=max_age)
    return _column(p[fresh], decisions)


def point_in_time_join__right_age_first_eleventh(decisions, log, max_age=90):
    """Plain loops; the old records are dropped first, which changes nothing: the latest is the youngest."""
    records = defaultdict(list)
    for who, holds, known, value in zip(
        *(log[c] for c in ("household_id", "holds_from", "known_at", "value")), strict=True
    ):
        records[who].append((holds, known, value))
    oldest, out = pd.Timedelta(days=max_age), []
    for who, t in zip(decisions["household_id"], decisions["time"], strict=True):
        usable = [r for r in records.get(who, ()) if t - oldest <= r[0] < t and r[1] < t]
        out.append(max(usable, key=lambda r: r[:2])[2] if usable else np.nan)
    return pd.Series(out, index=decisions.index, dtype=float, name="value")


def point_in_time_join__right_backwards(decisions, log, max_age=90):
    """Sorts the log once, and goes backwards through the household's records by numpy."""
    log = log.sort_values(["household_id", "holds_from", "known_at"], kind="stable")
    who, value = log["household_id"].to_numpy(), log["value"].to_numpy(float)
    holds, known = log["holds_from"].to_numpy(), log["known_at"].to_numpy()
    out = np.full(len(decisions), np.nan)
    for n, (h, t) in enumerate(
        zip(decisions["household_id"], decisions["time"].to_numpy(), strict=True)
    ):
        lo, hi = np.searchsorted(who, h, "left"), np.searchsorted(who, h, "right")
        found = np.flatnonzero((holds[lo:hi] < t) & (known[lo:hi] < t))
        if len(found) and t - holds[lo + found[-1]] <= np.timedelta64(max_age, "D"):
            out[n] = value[lo + found[-1]]
    return pd.Series(out, index=decisions.index)


def point_in_time_join__wrong_age_in_whole_days(decisions, log, max_age=90):
    """.dt.days cuts hours: a value of 90 days and 5 hours is still read."""
    p = _pairs_eleventh(decisions, log)
    p = p[(p["holds_from"] < p["time"]) & (p["known_at"] < p["time"])]
    p = p.sort_values(["holds_from", "known_at"]).drop_duplicates("row", keep="last")
    return _column(p[(p["time"] - p["holds_from"]).dt.days <= max_age], decisions)


def point_in_time_join__wrong_no_older_period(decisions, log, max_age=90):
    """Takes the latest period first, and asks then what was known: NaN if that record comes late, not the older one."""
    p = _pairs_eleventh(decisions, log)
    p = p[p["holds_from"] < p["time"]]
    p = p[p["holds_from"] == p.groupby("row")["holds_from"].transform("max")]
    p = p[p["known_at"] < p["time"]].sort_values("known_at").drop_duplicates("row", keep="last")
    return _column(p[p["time"] - p["holds_from"] <= pd.Timedelta(days=max_age)], decisions)


def point_in_time_join__wrong_readable_from(decisions, log, max_age=90):
    """Takes the record that became readable last: a late record of an older period wins over a newer one."""
    p = _pairs_eleventh(decisions, log)
    p["readable"] = p[["holds_from", "known_at"]].max(axis="columns")
    p = p[p["readable"] < p["time"]].sort_values(["readable", "holds_from", "known_at"])
    p = p.drop_duplicates("row", keep="last")
    return _column(p[p["time"] - p["holds_from"] <= pd.Timedelta(days=max_age)], decisions)


def point_in_time_join__wrong_announced_hides(decisions, log, max_age=90):
    """Drops records that arrive after one of a later period: a change announced for August hides what is learned in July of June."""
    log = log.sort_values(["known_at", "holds_from"])
    log = log[log["holds_from"] >= log.groupby("household_id")["holds_from"].cummax()]
    return point_in_time_join__right_all_pairs(decisions, log, max_age)


def point_in_time_join__wrong_tie_by_row(decisions, log, max_age=90):
    """Of several that hold from one time, the last row of the log is read: wrong if the correction stands first."""
    p = _pairs_eleventh(decisions, log)
    p = p[(p["holds_from"] < p["time"]) & (p["known_at"] < p["time"])]
    p = p.sort_values("holds_from", kind="stable").drop_duplicates("row", keep="last")
    return _column(p[p["time"] - p["holds_from"] <= pd.Timedelta(days=max_age)], decisions)


def point_in_time_join__wrong_index_as_key(decisions, log, max_age=90):
    """The index is the key of a decision: with the index [0, 0] both rows get one value, or it raises."""
    p = decisions.reset_index(names="row").merge(log, on="household_id")
    p = p[(p["holds_from"] < p["time"]) & (p["known_at"] < p["time"])]
    p = p.sort_values(["holds_from", "known_at"]).drop_duplicates("row", keep="last")
    p = p[p["time"] - p["holds_from"] <= pd.Timedelta(days=max_age)]
    return p.set_index("row")["value"].reindex(decisions.index).astype(float)


def point_in_time_join__wrong_days_compared(decisions, log, max_age=90):
    """Compares calendar days: a record of 09:00 is not read at 15:00 of the same day."""
    p = _pairs_eleventh(decisions, log)
    day = p["time"].dt.normalize()
    p = p[(p["holds_from"] < day) & (p["known_at"] < day)]
    p = p.sort_values(["holds_from", "known_at"]).drop_duplicates("row", keep="last")
    return _column(p[p["time"] - p["holds_from"] <= pd.Timedelta(days=max_age)], decisions)


def point_in_time_join__wrong_household_unknown(decisions, log, max_age=90):
    """get_group raises KeyError for a household that has no record in the log."""
    by, out = log.groupby("household_id"), []
    for who, t in zip(decisions["household_id"], decisions["time"], strict=True):
        mine = by.get_group(who)
        mine = mine[(mine["holds_from"] < t) & (mine["known_at"] < t)].sort_values(
            ["holds_from", "known_at"]
        )
        fresh = len(mine) and t - mine["holds_from"].iloc[-1] <= pd.Timedelta(days=max_age)
        out.append(mine["value"].iloc[-1] if fresh else np.nan)
    return pd.Series(out, index=decisions.index, dtype=float)


def point_in_time_join__wrong_order_of_time_eleventh(decisions, log, max_age=90):
    """Sorts the decisions by time for the join, and gives the values back in that order."""
    d = decisions.sort_values("time", kind="stable")
    out = point_in_time_join__right_all_pairs(d, log, max_age)
    return pd.Series(out.to_numpy(), index=decisions.index)


def _worse_scores(x, q):
    x = np.asarray(x)
    return 1 + q * np.searchsorted(np.sort(x), x, side="left") // max(len(x), 1)


def rfm_scores__right_rank_eleventh(profile, q=5):
    """rank(method='min'), largest first for recency, and whole numbers from there on."""
    n = max(len(profile), 1)
    out = {}
    for new, old in {"R": "recency", "F": "frequency", "M": "monetary"}.items():
        x = profile[old]
        b = len(x) - x.rank(method="max") if new == "R" else x.rank(method="min") - 1
        out[new] = 1 + q * b.astype("int64") // n
    return pd.DataFrame(out, index=profile.index)


def rfm_scores__right_fractions_eleventh(profile, q=5):
    """Bisection in plain Python lists, and the floor of a Fraction."""

    def column(values, worse_is_larger=False):
        values = values.tolist()
        keys = [-v for v in values] if worse_is_larger else values
        ordered = sorted(keys)
        return [1 + math.floor(Fraction(q * bisect_left(ordered, v), len(keys))) for v in keys]

    rows = {
        "R": column(profile["recency"], True),
        "F": column(profile["frequency"]),
        "M": column(profile["monetary"]),
    }
    return pd.DataFrame(rows, index=profile.index, dtype="int64")


def rfm_scores__right_cumulated_counts(profile, q=5):
    """Counts of each value, cumulated from the worst one, and mapped back; small integers."""
    out = pd.DataFrame(index=profile.index)
    for new, old, rising in (
        ("R", "recency", False),
        ("F", "frequency", True),
        ("M", "monetary", True),
    ):
        counts = profile[old].value_counts().sort_index(ascending=rising)
        before = counts.cumsum() - counts
        score = (1 + q * before // max(len(profile), 1)).to_dict()
        out[new] = np.array([score[v] for v in profile[old].tolist()], dtype="int32")
    return out


def rfm_scores__wrong_negative_unsigned(profile, q=5):
    """-recency wraps round for unsigned numbers: as uint8, recency [0, 1] gives [1, 3] and not [3, 1] (q=5)."""
    flipped = {"R": -profile["recency"], "F": profile["frequency"], "M": profile["monetary"]}
    return pd.DataFrame({k: _worse_scores(v, q) for k, v in flipped.items()}, index=profile.index)


def rfm_scores__wrong_by_position(profile, q=5):
    """Reads the columns by position: household_profile gives frequency, monetary, recency."""
    named = profile.iloc[:, :3].set_axis(["recency", "frequency", "monetary"], axis="columns")
    return rfm_scores__right_rank_eleventh(named, q)


def rfm_scores__wrong_recency_ties(profile, q=5):
    """n - rank(method='min') counts the tied ones as worse: recency [5, 5] gives 3 and not 1 (q=5)."""
    out = rfm_scores__right_rank_eleventh(profile, q)
    b = len(profile) - profile["recency"].rank(method="min")
    out["R"] = 1 + q * b.astype("int64") // max(len(profile), 1)
    return out


def rfm_scores__wrong_inverted_cdf(profile, q=5):
    """Cuts at quantiles of method inverted_cdf, right but for k / q in binary: five different values and q=5 miss one score (0.6000000000000001)."""
    if not len(profile):
        return rfm_scores__right_rank_eleventh(profile, q)

    def column(x):
        edges = np.quantile(x, np.linspace(0, 1, q + 1)[1:-1], method="inverted_cdf")
        return 1 + np.searchsorted(edges, x, side="left")

    signed = {
        "R": -profile["recency"].astype(float),
        "F": profile["frequency"],
        "M": profile["monetary"],
    }
    return pd.DataFrame(
        {k: column(v.to_numpy(float)) for k, v in signed.items()}, index=profile.index
    )


def rfm_scores__wrong_cents(profile, q=5):
    """Rounds money to cents before it ranks: 1.001 and 1.004 tie."""
    return rfm_scores__right_rank_eleventh(profile.assign(monetary=profile["monetary"].round(2)), q)


def rfm_scores__wrong_refund_is_zero_eleventh(profile, q=5):
    """Clips money at 0: a household with -3 is not worse than one with 0."""
    return rfm_scores__right_rank_eleventh(
        profile.assign(monetary=profile["monetary"].clip(lower=0)), q
    )


def rfm_scores__wrong_single_precision_eleventh(profile, q=5):
    """One float32 matrix for all columns: 16777216 and 16777217 tie (also 100000.01 and 100000.012)."""
    x = profile[["recency", "frequency", "monetary"]].to_numpy("float32") * np.array(
        [-1, 1, 1], "float32"
    )
    return pd.DataFrame(
        {k: _worse_scores(x[:, j], q) for j, k in enumerate("RFM")}, index=profile.index
    )


def rfm_scores__wrong_whole_dollars_eleventh(profile, q=5):
    """Makes the profile whole numbers to be sure of ints: 1.2 and 1.8 tie."""
    return rfm_scores__right_rank_eleventh(
        profile[["recency", "frequency", "monetary"]].astype("int64"), q
    )


def rfm_scores__wrong_distinct_rows(profile, q=5):
    """Scores the distinct rows and joins them back: the silent households, all alike, count once in n and b."""
    three = profile[["recency", "frequency", "monetary"]]
    distinct = three.drop_duplicates()
    scores = rfm_scores__right_rank_eleventh(distinct, q)
    table = {
        key: tuple(row)
        for key, row in zip(
            distinct.itertuples(index=False, name=None), scores.to_numpy(), strict=True
        )
    }
    rows = [table[key] for key in three.itertuples(index=False, name=None)]
    return pd.DataFrame(rows, index=profile.index, columns=list("RFM"), dtype="int64")


def _rfm_cases():
    rng = np.random.default_rng(11)
    for n, q in (
        (4, 5),
        (10, 10),
        (49, 49),
        (29, 3),
        (1, 4),
        (100, 10),
        (60, 20),
        (6, 3),
        (98, 49),
        (22, 30),
    ):
        half = rng.random(n) < 0.5
        frame = pd.DataFrame(
            {
                "frequency": np.where(half, 0, rng.integers(1, 9, n)),
                "monetary": np.where(half, 0.0, np.round(rng.normal(5, 9, n), 2)),
                "recency": np.where(half, 56, rng.integers(1, 40, n)),
            },
            index=pd.Index(rng.permutation(n) * 3 + 100, name="household_id"),
        )
        if n > 3:
            frame.iloc[0, 1], frame.iloc[1, 1], frame.iloc[2, 1] = -4.25, -0.5, 0.004
        yield frame, q
        distinct = np.arange(n)
        yield (
            pd.DataFrame(
                {
                    "recency": distinct[::-1],
                    "frequency": rng.permutation(n),
                    "monetary": distinct / 7,
                }
            ),
            q,
        )


def _rfm_expected(profile, q):
    out = {}
    for new, old, sign in (("R", "recency", -1), ("F", "frequency", 1), ("M", "monetary", 1)):
        v = [sign * x for x in profile[old].tolist()]
        out[new] = [1 + q * sum(other < x for other in v) // len(v) for x in v]
    return out


def kill_rfm__right_expected_tables(fn):
    """Own counts on many frames; index, whole numbers, and an untouched argument."""
    for profile, q in _rfm_cases():
        given = profile.copy()
        got = fn(given, q)
        if not given.equals(profile) or not got.index.equals(profile.index):
            return False
        for name, want in _rfm_expected(profile, q).items():
            if not pd.api.types.is_integer_dtype(got[name]) or got[name].tolist() != want:
                return False
    return True


def kill_rfm__right_asserts(fn):
    """Asserts inside a try, and a matrix of comparisons for b."""
    try:
        for profile, q in _rfm_cases():
            before = profile.to_dict("list")
            got = fn(profile, q)
            assert profile.to_dict("list") == before and list(profile.columns) == list(before)
            assert list(got.index) == list(profile.index)
            for new, old in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
                x = profile[old].to_numpy(float) * (-1 if new == "R" else 1)
                b = (x[None, :] < x[:, None]).sum(axis=1)
                assert (got[new].to_numpy() == 1 + (q * b) // len(x)).all()
                assert got[new].dtype.kind in "iu"
    except Exception:
        return False
    return True


def kill_rfm__right_fixed_numbers(fn):
    """Hand-made frames with answers from Fractions, one for each kind of mistake; household names are text."""

    def one(r, f, m, q, names):
        p = pd.DataFrame({"monetary": m, "recency": r, "frequency": f}, index=names)
        keep, got = p.copy(deep=True), fn(p, q)
        want = {}
        for new, v in (("R", [-x for x in r]), ("F", f), ("M", m)):
            want[new] = [1 + math.floor(Fraction(q) * sum(o < x for o in v) / len(v)) for x in v]
        same = (
            all(got.loc[names, c].tolist() == want[c] for c in "RFM") and list(got.index) == names
        )
        return same and keep.equals(p) and all(pd.api.types.is_integer_dtype(got[c]) for c in "RFM")

    z = [56] * 5 + [3, 3, 9, 1, 20]
    ok = one(
        z,
        [0] * 5 + [2, 2, 1, 8, 1],
        [0.0] * 5 + [1.2, 1.8, -2.5, 30.0, 0.004],
        10,
        list("jihgfedcba"),
    )
    ok = ok and one([5, 5], [1, 1], [-1.0, -2.0], 5, ["y", "x"])
    for n, q in ((49, 49), (100, 10), (29, 7), (55, 100), (22, 30)):
        v = list(range(n))
        ok = ok and one(v, v[::-1], [x / 3 for x in v], q, [f"h{x}" for x in v])
    return bool(ok)


def kill_rfm__wrong_strict_int64(fn):
    """assert_frame_equal with int64: refuses a right answer whose scores are int32."""
    try:
        for profile, q in _rfm_cases():
            given = profile.copy()
            got = fn(given, q)
            pd.testing.assert_frame_equal(given, profile)
            want = pd.DataFrame(_rfm_expected(profile, q), index=profile.index, dtype="int64")
            pd.testing.assert_frame_equal(got[["R", "F", "M"]], want)
    except AssertionError:
        return False
    return True


def kill_rfm__wrong_properties_only(fn):
    """Range, ties and order only: accepts any monotone score (n - 1 for n, floor of floats, dense ranks, clipped refunds)."""
    for profile, q in _rfm_cases():
        got = fn(profile.copy(), q)
        for new, old in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
            s = got[new].to_numpy()
            order = np.argsort(
                profile[old].to_numpy(float) * (-1 if new == "R" else 1), kind="stable"
            )
            per_value = got.groupby(profile[old].to_numpy())[new].nunique()
            if (
                s.min() != 1
                or s.max() > q
                or (np.diff(s[order]) < 0).any()
                or (per_value > 1).any()
            ):
                return False
    return True


def kill_rfm__wrong_whole_dollars_default_q(fn):
    """Ten households, whole dollars, q=5, RangeIndex: misses lost cents, refunds, an ignored q, a lost index."""
    p = pd.DataFrame(
        {
            "recency": [3, 3, 9, 56, 56, 1, 2, 4, 5, 6],
            "frequency": [1, 1, 2, 0, 0, 3, 4, 5, 6, 7],
            "monetary": [5, 6, 7, 0, 0, 8, 9, 10, 11, 12],
        }
    )
    got = fn(p.copy(), 5)
    return all(got[c].tolist() == v for c, v in _rfm_expected(p, 5).items())


def kill_rfm__wrong_all_then_any(fn):
    """(got == want).all().any(): one right column is enough, so mistakes in R alone or in M alone pass."""
    for profile, q in _rfm_cases():
        got = fn(profile.copy(), q)
        want = pd.DataFrame(_rfm_expected(profile, q), index=profile.index)
        if not (got[["R", "F", "M"]].to_numpy() == want.to_numpy()).all(axis=0).any():
            return False
    return True


def kill_rfm__wrong_money_only_eleventh(fn):
    """Compares M alone: ties of recency and a changed argument pass."""
    for profile, q in _rfm_cases():
        if fn(profile.copy(), q)["M"].tolist() != _rfm_expected(profile, q)["M"]:
            return False
    return True


def kill_rfm__wrong_distribution_only(fn):
    """Compares how often each score occurs, at q=5: a lost index, a lost order and an ignored q pass."""
    for profile, _ in _rfm_cases():
        got = fn(profile.copy(), 5)
        for name, want in _rfm_expected(profile, 5).items():
            if Counter(got[name].tolist()) != Counter(want):
                return False
    return True


def kill_rfm__wrong_distinct_floats(fn):
    """Random money, all values different and positive: ties, refunds and silent households never occur."""
    rng = np.random.default_rng(3)
    for q in (3, 5, 7):
        p = pd.DataFrame(
            {
                "recency": rng.permutation(50),
                "frequency": rng.permutation(50) + 1,
                "monetary": rng.gamma(2, 9, 50),
            }
        )
        got = fn(p.copy(), q)
        if any(got[c].tolist() != v for c, v in _rfm_expected(p, q).items()):
            return False
    return True


def kill_rfm__wrong_example_with_other_q(fn):
    """The example's four households with q from 1 to 9: no tie of recency, no refund, no names, no cents."""
    p = pd.DataFrame(
        {"recency": [30, 20, 10, 1], "frequency": [1, 1, 4, 9], "monetary": [5, 6, 7, 8]}
    )
    return all(
        [fn(p.copy(), q)[c].tolist() for c in "RFM"] == list(_rfm_expected(p, q).values())
        for q in range(1, 10)
    )


def kill_rfm__wrong_means_only(fn):
    """Compares the means of the scores, with a tolerance of a half: only gross mistakes are seen, no order, no index."""
    for profile, q in _rfm_cases():
        got = fn(profile.copy(), q)
        for name, want in _rfm_expected(profile, q).items():
            if abs(got[name].mean() - np.mean(want)) > 0.5:
                return False
    return True


def coverage_by_value__right_reindex_eleventh(monetary, has_demo, q=5):
    """Reindex both ways and group."""
    known = has_demo.reindex(monetary.index, fill_value=False).astype(float).to_numpy()
    m = _worse_scores(monetary.to_numpy(), q)
    return pd.Series(known, dtype=float).groupby(m).mean().reindex(range(1, q + 1)).astype(float)


def coverage_by_value__right_bincount_eleventh(monetary, has_demo, q=5):
    """Two bincounts; the labels are floats."""
    yes = has_demo.index[has_demo.to_numpy(dtype=bool)]
    m = _worse_scores(monetary.to_numpy(), q).astype(int)
    size = np.bincount(m, minlength=q + 1)[1:].astype(float)
    hits = np.bincount(m[monetary.index.isin(yes)], minlength=q + 1)[1:]
    share = np.divide(hits, size, out=np.full(q, np.nan), where=size > 0)
    return pd.Series(share, index=np.arange(1.0, q + 1))


def coverage_by_value__right_sorted_runs(monetary, has_demo, q=5):
    """Sorted pairs, runs of equal money, and a set of names."""
    listed = {name for name, flag in has_demo.items() if flag}
    pairs = sorted(((v, k) for k, v in monetary.items()), key=lambda p: p[0])
    answers, b = {c: [] for c in range(1, q + 1)}, 0
    for _, run in _itergroup(pairs, key=lambda p: p[0]):
        names = [name for _, name in run]
        answers[1 + q * b // len(pairs)] += [name in listed for name in names]
        b += len(names)
    return pd.Series(
        {c: math.fsum(a) / len(a) if a else math.nan for c, a in answers.items()}, dtype=float
    )


def coverage_by_value__wrong_listed_is_enough(monetary, has_demo, q=5):
    """Being in the index is taken for having demographics: has_demo = {'d': False} counts."""
    return coverage_by_value__right_reindex_eleventh(
        monetary, pd.Series(True, index=has_demo.index, dtype=bool), q
    )


def coverage_by_value__wrong_strangers_in_n(monetary, has_demo, q=5):
    """concat joins outer: n of the classes counts households that monetary does not name ('z' in has_demo)."""
    frame = pd.concat([monetary.rename("m"), has_demo.rename("d")], axis="columns")
    b = frame["m"].rank(method="min") - 1
    cls = 1 + q * b // max(len(frame), 1)
    known = frame["d"].eq(True).astype(float)
    return known.groupby(cls).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_up_to_last_class(monetary, has_demo, q=5):
    """The labels end at the largest class that occurs: all money equal gives one row, not q."""
    out = coverage_by_value__right_reindex_eleventh(monetary, has_demo, q)
    return out.loc[: out.last_valid_index()]


def coverage_by_value__wrong_labels_by_place(monetary, has_demo, q=5):
    """Pairs the means with 1, 2, ... by place: an empty class (money [1, 1, 2], q=3) shifts the later ones."""
    out = coverage_by_value__right_reindex_eleventh(monetary, has_demo, q).dropna().tolist()
    return pd.Series(out + [np.nan] * (q - len(out)), index=range(1, q + 1), dtype=float)


def coverage_by_value__wrong_qcut_eleventh(monetary, has_demo, q=5):
    """Classes by qcut of the ranks: interpolated edges, another class than M for 4 households and q=3."""
    cls = pd.qcut(monetary.rank(method="min"), q, labels=False, duplicates="drop") + 1
    known = has_demo.reindex(monetary.index, fill_value=False).astype(float)
    return known.groupby(cls).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_nobody_known(monetary, has_demo, q=5):
    """The column True of a crosstab: KeyError when no household has demographics."""
    known = has_demo.reindex(monetary.index, fill_value=False).astype(bool).to_numpy()
    table = pd.crosstab(_worse_scores(monetary.to_numpy(), q), known, normalize="index")
    return table[True].reindex(range(1, q + 1))


def coverage_by_value__wrong_buyers_only_eleventh(monetary, has_demo, q=5):
    """Leaves households without positive money out: money [-1, 0, 1, 2] has two in n."""
    return coverage_by_value__right_reindex_eleventh(monetary[monetary > 0], has_demo, q)


def coverage_by_value__wrong_percent_rank(monetary, has_demo, q=5):
    """Class from rank(pct=True) in binary: at 49 households and q=49 some scores are one too low."""
    share_worse = monetary.rank(method="min", pct=True) - 1 / max(len(monetary), 1)
    cls = 1 + np.floor(q * share_worse)
    known = has_demo.reindex(monetary.index, fill_value=False).astype(float)
    return known.groupby(cls).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_empty_class_zero_eleventh(monetary, has_demo, q=5):
    """Fills a class without households with 0: money [1, 1, 2, 2] with q=4 has classes 2 and 4 empty."""
    return coverage_by_value__right_reindex_eleventh(monetary, has_demo, q).fillna(0.0)


TRUE |= {
    "leak_audit__wrong_by_calendar_day": ("days_compared",),
    "leak_audit__wrong_nat_hides_leak": ("missing_times_hide_the_late",),
    "leak_audit__wrong_nat_sorted_last": ("missing_times_hide_the_late",),
    "leak_audit__wrong_last_row_eleventh": ("last_row_decides",),
    "population_asof__wrong_nat_skipped_by_max": ("never_arrived_counted",),
    "population_asof__wrong_known_is_enough": ("orders_in_advance_counted",),
    "point_in_time_join__wrong_age_in_whole_days": ("age_in_whole_days",),
    "point_in_time_join__wrong_tie_by_row": ("last_row_read",),
    "point_in_time_join__wrong_order_of_time_eleventh": ("sorted_by_time",),
    "rfm_scores__wrong_negative_unsigned": ("unsigned_days_negated",),
    "rfm_scores__wrong_refund_is_zero_eleventh": ("refunds_as_nothing",),
    "kill_rfm__wrong_strict_int64": ("asks_for_one_integer_type",),
    "coverage_by_value__wrong_listed_is_enough": ("whoever_is_listed_has_it",),
    "coverage_by_value__wrong_qcut_eleventh": ("quantile_classes",),
    "coverage_by_value__wrong_empty_class_zero_eleventh": ("empty_classes_zero",),
}


# ---- Thirteenth bank

# 1.1 break_profile

_BP_START = [(1, 11, 95, 1, 4.0)]


def _bp_table_thirteenth(defect):
    return {
        "lines_for_baskets": ([(1, 11, 95, 1, 4.0), (1, 11, 95, 1, 2.0)], [1], 100),
        "recency_from_last_day": (list(_BP_START), [1], 100),
        "silent_households_dropped": (list(_BP_START), [1, 2], 100),
        "quantity_for_money": (list(_BP_START), [1], 100),
        "asof_day_included": ([*_BP_START, (1, 12, 100, 1, 3.0)], [1], 100),
        "no_window": ([*_BP_START, (1, 10, 69, 1, 3.0)], [1], 100),
    }[defect]


def break_profile__right_table_thirteenth(defect):
    return _bp_table_thirteenth(defect)


def break_profile__right_one_case_for_all(defect):
    lines = [
        (1, 11, 95, 2, 4.0),
        (1, 11, 95, 1, 2.5),
        (1, 12, 100, 1, 3.0),
        (1, 10, 69, 1, 3.0),
        (3, 13, 104, 1, 1.0),
    ]
    return lines, [2, 1], 100


def break_profile__right_only_silent_or_future(defect):
    if defect == "silent_households_dropped":
        return [], [7], 0
    if defect == "asof_day_included":
        return [(1, 1, 50, 1, 0.0)], [1], 50
    if defect == "no_window":
        return [(1, 1, 19, 1, 1.0)], [1], 50
    if defect == "recency_from_last_day":
        return [(1, 1, 45, 1, 1.0), (9, 2, 60, 1, 1.0)], [1], 50
    if defect == "quantity_for_money":
        return [(1, 1, 20, 1000, 2.5)], [1], 50
    return [(1, 1, 49, 1, 1.0), (1, 1, 49, 1, 1.0), (1, 2, 49, 1, 1.0)], [1], 50


def break_profile__wrong_two_baskets_thirteenth(defect):
    """lines_for_baskets: two lines of two baskets, so both counts are 2."""
    if defect == "lines_for_baskets":
        return [(1, 11, 95, 1, 4.0), (1, 12, 95, 1, 2.0)], [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_second_line_outside_thirteenth(defect):
    """lines_for_baskets: the second line of the basket is of the day asof, which neither table reads."""
    if defect == "lines_for_baskets":
        return [(1, 11, 99, 1, 4.0), (1, 11, 100, 1, 2.0)], [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_last_day_is_asof_thirteenth(defect):
    """recency_from_last_day: another household bought on the day asof, so the largest day is asof itself."""
    if defect == "recency_from_last_day":
        return [(1, 11, 95, 1, 4.0), (2, 12, 100, 1, 4.0)], [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_silent_not_asked_for(defect):
    """silent_households_dropped: the silent household 2 is in lines, but not in ids."""
    if defect == "silent_households_dropped":
        return [(1, 11, 95, 1, 4.0), (2, 12, 20, 1, 4.0)], [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_oldest_day_is_inside(defect):
    """silent_households_dropped: the only line is of day asof - 30, which is in the window, so nobody is silent."""
    if defect == "silent_households_dropped":
        return [(1, 11, 70, 1, 4.0)], [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_same_sums(defect):
    """quantity_for_money: quantities 2 and 3, sales 3 and 2: both add up to 5."""
    if defect == "quantity_for_money":
        return [(1, 11, 95, 2, 3.0), (1, 12, 96, 3, 2.0)], [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_day_before(defect):
    """asof_day_included: the added line is of asof - 1, which both tables read."""
    if defect == "asof_day_included":
        return [(1, 11, 95, 1, 4.0), (1, 12, 99, 1, 3.0)], [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_day_after(defect):
    """asof_day_included: the added line is of asof + 1, which neither table reads."""
    if defect == "asof_day_included":
        return [(1, 11, 95, 1, 4.0), (1, 12, 101, 1, 3.0)], [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_exactly_thirty_days(defect):
    """no_window: the old line is of asof - 30, which is in the window."""
    if defect == "no_window":
        return [(1, 11, 95, 1, 4.0), (1, 10, 70, 1, 3.0)], [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_old_line_of_same_basket(defect):
    """no_window: the old line belongs to the basket of day 95 and cost 0, so it changes no column."""
    if defect == "no_window":
        return [(1, 11, 95, 1, 4.0), (1, 11, 60, 1, 0.0)], [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_no_household(defect):
    """quantity_for_money: ids is empty, but 1 to 10 households are asked for, and both tables are empty."""
    if defect == "quantity_for_money":
        return list(_BP_START), [], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_id_twice(defect):
    """silent_households_dropped: household 2 is in ids twice, "each once"."""
    if defect == "silent_households_dropped":
        return list(_BP_START), [1, 2, 2], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_eleven_lines_thirteenth(defect):
    """lines_for_baskets: eleven lines, at most ten are allowed."""
    if defect == "lines_for_baskets":
        return [(1, 11, 95, 1, 4.0)] * 11, [1], 100
    return _bp_table_thirteenth(defect)


def break_profile__wrong_refund_thirteenth(defect):
    """quantity_for_money: sales of -4 are outside 0 to 1,000,000."""
    if defect == "quantity_for_money":
        return [(1, 11, 95, 1, -4.0)], [1], 100
    return _bp_table_thirteenth(defect)


# 1.2 to_local_day


def to_local_day__right_three_steps(ts, tz="America/New_York"):
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def to_local_day__right_zoneinfo_loop_thirteenth(ts, tz="America/New_York"):
    zone = ZoneInfo(tz)
    days = []
    for t in ts.tolist():
        if pd.isna(t):
            days.append(pd.NaT)
            continue
        local = t.to_pydatetime(warn=False).replace(tzinfo=dt.timezone.utc).astimezone(zone)
        days.append(pd.Timestamp(local.year, local.month, local.day))
    return pd.Series(days, index=ts.index, dtype="datetime64[ns]")


def to_local_day__right_unique_map(ts, tz="America/New_York"):
    stamps = pd.DatetimeIndex(ts.to_numpy())
    local = stamps.tz_localize("UTC").tz_convert(tz).tz_localize(None)
    return pd.Series(
        local.to_numpy().astype("datetime64[D]").astype("datetime64[ns]"), index=ts.index
    )


def to_local_day__wrong_five_hours_thirteenth(ts, tz="America/New_York"):
    """Always the offset of January: 2017-07-10 04:30 UTC is the 10th, not the 9th."""
    offset = pd.Timestamp("2017-01-15", tz=tz).utcoffset()
    return (ts + offset).dt.normalize()


def to_local_day__wrong_zone_ignored_thirteenth(ts, tz="America/New_York"):
    """tz is ignored: Asia/Shanghai, 20:00 UTC is the next day."""
    return to_local_day__right_three_steps(ts)


def to_local_day__wrong_read_as_local(ts, tz="America/New_York"):
    """The stamps are taken for local ones and turned into UTC: the wrong direction."""
    local = ts.dt.tz_localize(tz, ambiguous="NaT", nonexistent="shift_forward")
    return local.dt.tz_convert("UTC").dt.tz_localize(None).dt.normalize()


def to_local_day__wrong_keeps_time(ts, tz="America/New_York"):
    """Local time of day is kept, not midnight; on the example the strings are right."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None)


def to_local_day__wrong_keeps_zone(ts, tz="America/New_York"):
    """The result has a time zone; on the example the strings are right."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.normalize()


def to_local_day__wrong_midnight_in_zone(ts, tz="America/New_York"):
    """Midnight is taken while the zone is on: where midnight does not exist (Sao Paulo, 2017-10-15) it raises or gives 01:00 or 23:00."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.normalize().dt.tz_localize(None)


def to_local_day__wrong_offset_of_utc_day(ts, tz="America/New_York"):
    """One offset for each UTC day, that of its midnight: on the day the clocks change the hours after the change are off.

    Europe/Berlin, 2017-03-26 22:30 UTC is the 27th locally, this says the 26th."""
    start = ts.dt.normalize()
    offset = start.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None) - start
    return (ts + offset).dt.normalize()


def to_local_day__wrong_offset_of_first_row(ts, tz="America/New_York"):
    """The offset of the first stamp is used for all: January and July in one Series."""
    known = ts.dropna()
    if known.empty:
        return ts.copy()
    offset = known.iloc[0].tz_localize("UTC").tz_convert(tz).utcoffset()
    return (ts + offset).dt.normalize()


def to_local_day__wrong_summer_by_month_thirteenth(ts, tz="America/New_York"):
    """Daylight saving time by month (April to October): New York is already in summer time on 20 March."""
    winter = pd.Timestamp("2017-01-15", tz=tz).utcoffset()
    summer = pd.Timestamp("2017-07-15", tz=tz).utcoffset()
    offset = pd.Series(np.where(ts.dt.month.between(4, 10), summer, winter), index=ts.index)
    return (ts + pd.to_timedelta(offset)).dt.normalize()


def to_local_day__wrong_rounded_day(ts, tz="America/New_York"):
    """dt.round("D"): after noon it is the next day; the two stamps of the example would show 23:30."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.round("D")


def to_local_day__wrong_midnight_first(ts, tz="America/New_York"):
    """Goes to UTC midnight before the conversion, so west of Greenwich each day is the day before."""
    return (
        ts.dt.normalize()
        .dt.tz_localize("UTC")
        .dt.tz_convert(tz)
        .dt.tz_localize(None)
        .dt.normalize()
    )


def to_local_day__wrong_dates(ts, tz="America/New_York"):
    """dt.date: a Series of Python dates (object), not of datetime64."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.date


def to_local_day__wrong_nat_dropped_thirteenth(ts, tz="America/New_York"):
    """Rows with NaT are dropped, so the index is not the same."""
    return to_local_day__right_three_steps(ts.dropna(), tz)


def to_local_day__wrong_nat_is_filled(ts, tz="America/New_York"):
    """NaT takes the day before it in the table (ffill); NaT must stay NaT."""
    return to_local_day__right_three_steps(ts, tz).ffill()


def to_local_day__wrong_index_reset(ts, tz="America/New_York"):
    """The result has a new index 0, 1, 2; ts with index [5, 7]."""
    return pd.Series(to_local_day__right_three_steps(ts, tz).to_numpy())


def to_local_day__wrong_in_place_thirteenth(ts, tz="America/New_York"):
    """The local days are written into ts itself."""
    ts[:] = to_local_day__right_three_steps(ts, tz)
    return ts


def to_local_day__wrong_sorted(ts, tz="America/New_York"):
    """merge-like: comes back sorted by time, index in another order for unsorted ts."""
    return to_local_day__right_three_steps(ts.sort_values(), tz)


# 1.3 household_profile


def _hp_days(window):
    return pd.Timedelta(days=window)


def household_profile__right_groupby_reindex(tx, ids, asof, window=56):
    keep = tx[(tx["day"] < asof) & (tx["day"] >= asof - _hp_days(window))]
    out = keep.groupby("household_id").agg(
        frequency=("basket_id", "nunique"), monetary=("sales_value", "sum"), last=("day", "max")
    )
    out["recency"] = (asof - out.pop("last")).dt.days
    out = out.reindex(ids)
    return out.fillna({"frequency": 0, "monetary": 0, "recency": window})


def household_profile__right_loop_thirteenth(tx, ids, asof, window=56):
    baskets, money, last = defaultdict(set), defaultdict(list), {}
    for h, b, d, s in zip(tx["household_id"], tx["basket_id"], tx["day"], tx["sales_value"]):
        age = (asof - d).days
        if 1 <= age <= window:
            baskets[h].add(b)
            money[h].append(s)
            last[h] = min(last.get(h, age), age)
    rows = [(len(baskets[h]), math.fsum(money[h]), last.get(h, window)) for h in ids]
    return pd.DataFrame(rows, columns=["frequency", "monetary", "recency"], index=list(ids)).astype(
        float
    )


def household_profile__right_numpy(tx, ids, asof, window=56):
    ids = list(ids)
    age = ((asof - tx["day"]) / pd.Timedelta(days=1)).to_numpy(float)
    ok = (age >= 1) & (age <= window)
    h, b, s, age = (
        tx["household_id"].to_numpy()[ok],
        tx["basket_id"].to_numpy()[ok],
        tx["sales_value"].to_numpy(float)[ok],
        age[ok],
    )
    table = np.zeros((len(ids), 3))
    table[:, 2] = window
    for i, who in enumerate(ids):
        own = h == who
        if own.any():
            table[i] = len(np.unique(b[own])), s[own].sum(), age[own].min()
    return pd.DataFrame(table, index=ids, columns=["frequency", "monetary", "recency"])


def _hp_make(keep, ids, asof, window, **agg):
    spec = {
        "frequency": ("basket_id", "nunique"),
        "monetary": ("sales_value", "sum"),
        "last": ("day", "max"),
    }
    out = keep.groupby("household_id").agg(**(spec | agg))
    out["recency"] = (asof - out.pop("last")).dt.days
    return out.reindex(ids).fillna({"frequency": 0, "monetary": 0, "recency": window})


def _hp_keep(tx, asof, window):
    return tx[(tx["day"] < asof) & (tx["day"] >= asof - _hp_days(window))]


def household_profile__wrong_lines_thirteenth(tx, ids, asof, window=56):
    """Lines are counted: the example's basket of two lines gives 2."""
    return _hp_make(_hp_keep(tx, asof, window), ids, asof, window, frequency=("basket_id", "size"))


def household_profile__wrong_days_for_baskets_thirteenth(tx, ids, asof, window=56):
    """Different days are counted: two baskets of one day give 1."""
    return _hp_make(_hp_keep(tx, asof, window), ids, asof, window, frequency=("day", "nunique"))


def household_profile__wrong_oldest_day_lost(tx, ids, asof, window=56):
    """day > asof - window: a purchase exactly 56 days ago is not read."""
    return _hp_make(
        tx[(tx["day"] < asof) & (tx["day"] > asof - _hp_days(window))], ids, asof, window
    )


def household_profile__wrong_one_day_more(tx, ids, asof, window=56):
    """The window begins a day early: a purchase 57 days ago is read, recency 57."""
    return _hp_make(_hp_keep(tx, asof, window + 1), ids, asof, window)


def household_profile__wrong_asof_included_thirteenth(tx, ids, asof, window=56):
    """The day asof is read."""
    keep = tx[(tx["day"] <= asof) & (tx["day"] >= asof - _hp_days(window))]
    return _hp_make(keep, ids, asof, window)


def household_profile__wrong_default_window_fixed(tx, ids, asof, window=56):
    """Silent households get 56, whatever the window: window=30."""
    return _hp_make(_hp_keep(tx, asof, window), ids, asof, 56)


def household_profile__wrong_no_money_is_silent(tx, ids, asof, window=56):
    """A household whose sales add up to 0 (a free basket) gets the recency of a silent one."""
    out = _hp_make(_hp_keep(tx, asof, window), ids, asof, window)
    out.loc[out["monetary"] == 0, ["frequency", "recency"]] = [0, window]
    return out


def household_profile__wrong_equal_lines_once_thirteenth(tx, ids, asof, window=56):
    """drop_duplicates "against double loading": two equal lines of one receipt (the same product twice) are one."""
    return _hp_make(_hp_keep(tx.drop_duplicates(), asof, window), ids, asof, window)


def household_profile__wrong_ids_sorted(tx, ids, asof, window=56):
    """Rows in ascending order, not in that of ids."""
    return _hp_make(_hp_keep(tx, asof, window), sorted(ids), asof, window)


def household_profile__wrong_inner_join(tx, ids, asof, window=56):
    """A household that never occurs in tx has no row; one with old purchases has."""
    known = set(tx["household_id"])
    return _hp_make(_hp_keep(tx, asof, window), [h for h in ids if h in known], asof, window)


def household_profile__wrong_recency_outside_window(tx, ids, asof, window=56):
    """Recency of silent households is counted to their last purchase before the window: 80 days, must be 56."""
    out = _hp_make(_hp_keep(tx, asof, window), ids, asof, window)
    last = tx[tx["day"] < asof].groupby("household_id")["day"].max().reindex(ids)
    days = (asof - last).dt.days
    out["recency"] = days.fillna(window)
    return out


def household_profile__wrong_recency_from_data_end(tx, ids, asof, window=56):
    """Recency is counted to the largest day before asof plus one: wrong where nobody bought the day before asof."""
    keep = _hp_keep(tx, asof, window)
    out = _hp_make(keep, ids, asof, window)
    if len(keep):
        seen = out["frequency"] > 0
        gap = (asof - keep["day"].max()).days - 1
        out.loc[seen, "recency"] -= gap
    return out


def household_profile__wrong_whole_dollars_thirteenth(tx, ids, asof, window=56):
    """astype(int) at the end cuts the cents: 2.50 becomes 2."""
    return _hp_make(_hp_keep(tx, asof, window), ids, asof, window).astype(int)


def household_profile__wrong_first_purchase_thirteenth(tx, ids, asof, window=56):
    """Recency from the first purchase in the window (min): two purchase days."""
    return _hp_make(_hp_keep(tx, asof, window), ids, asof, window, last=("day", "min"))


def household_profile__wrong_last_row_is_last_day(tx, ids, asof, window=56):
    """The last row of a household is taken for its latest day: lines not in order of time."""
    return _hp_make(_hp_keep(tx, asof, window), ids, asof, window, last=("day", "last"))


def household_profile__wrong_column_added(tx, ids, asof, window=56):
    """Writes a column `age` into the caller's table."""
    tx["age"] = (asof - tx["day"]).dt.days
    keep = tx[tx["age"].between(1, window)]
    return _hp_make(keep, ids, asof, window)


def household_profile__wrong_money_before_window(tx, ids, asof, window=56):
    """Money is summed over all lines before asof, frequency and recency over the window: an old purchase shows it."""
    out = _hp_make(_hp_keep(tx, asof, window), ids, asof, window)
    money = tx[tx["day"] < asof].groupby("household_id")["sales_value"].sum()
    out["monetary"] = money.reindex(ids).fillna(0.0)
    return out


def household_profile__wrong_refunds_dropped_thirteenth(tx, ids, asof, window=56):
    """Lines of 0 USD or less are no purchases: a basket that holds only free lines is not counted."""
    return _hp_make(_hp_keep(tx[tx["sales_value"] > 0], asof, window), ids, asof, window)


def household_profile__wrong_silent_nan(tx, ids, asof, window=56):
    """The recency of silent households stays NaN."""
    out = _hp_make(_hp_keep(tx, asof, window), ids, asof, window)
    return out.assign(recency=out["recency"].where(out["frequency"] > 0))


# 1.4 leak_audit


def leak_audit__right_filter(feature_log, label_start):
    late = feature_log["source_time"] >= label_start
    return sorted(feature_log.loc[late, "feature"].unique())


def leak_audit__right_loop_thirteenth(feature_log, label_start):
    found = set()
    for name, t in zip(feature_log["feature"], feature_log["source_time"]):
        if not pd.isna(t) and t >= label_start:
            found.add(name)
    return sorted(found)


def leak_audit__right_group_max(feature_log, label_start):
    latest = feature_log.groupby("feature", observed=True)["source_time"].max()
    return sorted(latest.index[latest >= label_start])


def leak_audit__wrong_strictly_later_thirteenth(feature_log, label_start):
    """A record exactly at label_start is not counted."""
    return sorted(feature_log.loc[feature_log["source_time"] > label_start, "feature"].unique())


def leak_audit__wrong_nat_counts_thirteenth(feature_log, label_start):
    """~(t < label_start): a feature whose only suspicious record has no time (NaT) is named."""
    return sorted(feature_log.loc[~(feature_log["source_time"] < label_start), "feature"].unique())


def leak_audit__wrong_first_record_only(feature_log, label_start):
    """drop_duplicates before the comparison: only the first record of each feature is looked at."""
    log = feature_log.drop_duplicates("feature")
    return sorted(log.loc[log["source_time"] >= label_start, "feature"])


def leak_audit__wrong_last_record_only(feature_log, label_start):
    """The last row of each feature is taken for its latest; right on the example, wrong for unsorted rows."""
    log = feature_log.drop_duplicates("feature", keep="last")
    return sorted(log.loc[log["source_time"] >= label_start, "feature"])


def leak_audit__wrong_all_records(feature_log, label_start):
    """Only features all of whose records are late (min)."""
    first = feature_log.groupby("feature")["source_time"].min()
    return sorted(first.index[first >= label_start])


def leak_audit__wrong_by_day_thirteenth(feature_log, label_start):
    """Days are compared: label_start 2017-03-01 12:00, a record of 10:00 that day is earlier."""
    late = feature_log["source_time"].dt.normalize() >= label_start.normalize()
    return sorted(feature_log.loc[late, "feature"].unique())


def leak_audit__wrong_next_midnight(feature_log, label_start):
    """The day of the record (midnight) is compared with label_start with its hour: 2017-03-01 18:00 after 12:00 is missed."""
    late = feature_log["source_time"].dt.normalize() >= label_start
    return sorted(feature_log.loc[late, "feature"].unique())


def leak_audit__wrong_order_of_appearance(feature_log, label_start):
    """Names in order of appearance: "visits" before "spend"."""
    return list(feature_log.loc[feature_log["source_time"] >= label_start, "feature"].unique())


def leak_audit__wrong_repeated_thirteenth(feature_log, label_start):
    """Each late record names its feature again."""
    return sorted(feature_log.loc[feature_log["source_time"] >= label_start, "feature"])


def leak_audit__wrong_order_of_time(feature_log, label_start):
    """Sorted by the time of the leak, not by name."""
    late = feature_log[feature_log["source_time"] >= label_start].sort_values(
        "source_time", kind="stable"
    )
    return list(dict.fromkeys(late["feature"]))


def leak_audit__wrong_nat_hides_feature(feature_log, label_start):
    """A feature with any NaT is left out altogether (max without skipna), also if another record is late."""
    t = feature_log.groupby("feature")["source_time"].agg(lambda s: s.max(skipna=False))
    return sorted(t.index[t >= label_start])


def leak_audit__wrong_mean_time(feature_log, label_start):
    """The mean time of the records is compared: a thousand early ones hide a late one."""
    t = feature_log.groupby("feature")["source_time"].mean()
    return sorted(t.index[t >= label_start])


def leak_audit__wrong_whole_seconds(feature_log, label_start):
    """Times are rounded to seconds: half a second before label_start becomes label_start."""
    late = feature_log["source_time"].dt.round("s") >= label_start
    return sorted(feature_log.loc[late, "feature"].unique())


def leak_audit__wrong_same_record_once(feature_log, label_start):
    """Records are told apart by time alone: a late time that two features share names only the first."""
    log = feature_log.drop_duplicates("source_time")
    return sorted(log.loc[log["source_time"] >= label_start, "feature"].unique())


# 1.5 population_asof


def population_asof__right_filter_group(tx, asof, window=56):
    ok = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = ok.groupby("household_id")["day"].max()
    active = last >= asof - pd.Timedelta(days=window)
    return pd.Series(np.where(active, "active", "silent"), index=last.index, dtype=object)


def population_asof__right_loop_thirteenth(tx, asof, window=56):
    status = {}
    for h, day, known in zip(tx["household_id"].tolist(), tx["day"], tx["known"]):
        if pd.isna(known) or known >= asof or day >= asof:
            continue
        if (asof - day).days <= window:
            status[h] = "active"
        else:
            status.setdefault(h, "silent")
    keys = sorted(status)
    return pd.Series([status[h] for h in keys], index=pd.Index(keys, dtype="int64"), dtype=object)


def population_asof__right_sets_thirteenth(tx, asof, window=56):
    counts = (tx["day"] < asof) & tx["known"].notna() & (tx["known"] < asof)
    recent = counts & (tx["day"] >= asof - pd.Timedelta(days=window))
    who = np.unique(tx.loc[counts, "household_id"].to_numpy())
    active = np.isin(who, tx.loc[recent, "household_id"].to_numpy())
    return pd.Series(active, index=who).map({True: "active", False: "silent"}).astype(object)


def _pa_make(counts, recent, tx):
    who = np.unique(tx.loc[counts, "household_id"].to_numpy())
    active = np.isin(who, tx.loc[recent, "household_id"].to_numpy())
    return pd.Series(np.where(active, "active", "silent"), index=who, dtype=object)


def _pa_start(asof, window):
    return asof - pd.Timedelta(days=window)


def population_asof__wrong_known_ignored_thirteenth(tx, asof, window=56):
    """Only the day is asked: household 1 of the example is active."""
    c = tx["day"] < asof
    return _pa_make(c, c & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_known_up_to_asof(tx, asof, window=56):
    """known <= asof: a record that arrived at midnight of asof itself counts."""
    c = (tx["day"] < asof) & (tx["known"] <= asof)
    return _pa_make(c, c & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_nat_is_known_thirteenth(tx, asof, window=56):
    """~(known >= asof): a record that has not arrived (NaT) counts."""
    c = (tx["day"] < asof) & ~(tx["known"] >= asof)
    return _pa_make(c, c & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_announced_order_counts(tx, asof, window=56):
    """Only known < asof is asked: an order placed in June for 5 July makes its household active on 1 July."""
    c = tx["known"] < asof
    return _pa_make(c, c & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_known_household_by_two_records(tx, asof, window=56):
    """The household must have a record before asof and a known record, but not the same one: one late, one announced."""
    happened = set(tx.loc[tx["day"] < asof, "household_id"])
    heard = set(tx.loc[tx["known"] < asof, "household_id"])
    both = tx["household_id"].isin(happened & heard)
    ok = (tx["day"] < asof) & (tx["known"] < asof)
    return _pa_make(both, ok & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_late_record_activates(tx, asof, window=56):
    """The population reads both times, but "active" reads the day only: household 1 of the example is active."""
    c = (tx["day"] < asof) & (tx["known"] < asof)
    return _pa_make(c, (tx["day"] < asof) & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_impossible_records_dropped(tx, asof, window=56):
    """Records known before they happened are dropped as errors; an order in advance that has happened counts."""
    c = (tx["day"] < asof) & (tx["known"] < asof) & (tx["known"] >= tx["day"])
    return _pa_make(c, c & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_window_by_arrival(tx, asof, window=56):
    """Active if a record *arrived* in the window: a purchase 60 days ago that arrived 50 days ago is silent."""
    c = (tx["day"] < asof) & (tx["known"] < asof)
    return _pa_make(c, c & (tx["known"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_window_edge(tx, asof, window=56):
    """day > asof - window: a purchase exactly `window` days ago is silent."""
    c = (tx["day"] < asof) & (tx["known"] < asof)
    return _pa_make(c, c & (tx["day"] > _pa_start(asof, window)), tx)


def population_asof__wrong_asof_day_counts(tx, asof, window=56):
    """day <= asof: an order in advance for the day asof counts (known before)."""
    c = (tx["day"] <= asof) & (tx["known"] < asof)
    return _pa_make(c, c & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_latest_record_first(tx, asof, window=56):
    """Keeps the latest record of each household first and then asks whether it counts: a late one hides an older good one."""
    last = tx.sort_values("day", kind="stable").drop_duplicates("household_id", keep="last")
    c = (last["day"] < asof) & (last["known"] < asof)
    return _pa_make(c, c & (last["day"] >= _pa_start(asof, window)), last)


def population_asof__wrong_last_row_thirteenth(tx, asof, window=56):
    """The last counting row of a household is taken for its latest: rows in any order."""
    ok = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = ok.groupby("household_id")["day"].last()
    return pd.Series(
        np.where(last >= _pa_start(asof, window), "active", "silent"),
        index=last.index,
        dtype=object,
    )


def population_asof__wrong_order_of_appearance(tx, asof, window=56):
    """groupby(sort=False): households in order of appearance."""
    ok = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = ok.groupby("household_id", sort=False)["day"].max()
    return pd.Series(
        np.where(last >= _pa_start(asof, window), "active", "silent"),
        index=last.index,
        dtype=object,
    )


def population_asof__wrong_unknown_are_silent(tx, asof, window=56):
    """Every household of tx has a row; one that nobody knew is "silent"."""
    c = (tx["day"] < asof) & (tx["known"] < asof)
    return _pa_make(tx["household_id"].notna(), c & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_nat_filled_with_day(tx, asof, window=56):
    """NaT in known is filled with the day: a record that has not arrived counts."""
    known = tx["known"].fillna(tx["day"])
    c = (tx["day"] < asof) & (known < asof)
    return _pa_make(c, c & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_fixed_window(tx, asof, window=56):
    """The window is 56 days, whatever is asked: window=60 and a purchase 58 days ago."""
    c = (tx["day"] < asof) & (tx["known"] < asof)
    return _pa_make(c, c & (tx["day"] >= _pa_start(asof, min(window, 56))), tx)


def population_asof__wrong_known_a_whole_day_before(tx, asof, window=56):
    """(asof - known).dt.days >= 1: a record that arrived at 15:00 of the day before asof is 9 hours old, so 0 days, and is lost."""
    c = (tx["day"] < asof) & ((asof - tx["known"]).dt.days >= 1)
    return _pa_make(c, c & (tx["day"] >= _pa_start(asof, window)), tx)


def population_asof__wrong_known_in_window_too_thirteenth(tx, asof, window=56):
    """Active needs a purchase in the window that also *arrived* in the window: placed 60 days ago for a day in the window is silent."""
    c = (tx["day"] < asof) & (tx["known"] < asof)
    start = _pa_start(asof, window)
    return _pa_make(c, c & (tx["day"] >= start) & (tx["known"] >= start), tx)


def population_asof__wrong_sorts_in_place_thirteenth(tx, asof, window=56):
    """Sorts the caller's table by day."""
    tx.sort_values("day", inplace=True, kind="stable")
    return population_asof__right_filter_group(tx, asof, window)


# 1.6 point_in_time_join


def point_in_time_join__right_loop_thirteenth(decisions, log, max_age=90):
    of = defaultdict(list)
    for h, a, k, v in zip(log["household_id"], log["holds_from"], log["known_at"], log["value"]):
        of[h].append((a, k, v))
    limit, out = pd.Timedelta(days=max_age), []
    for h, t in zip(decisions["household_id"], decisions["time"]):
        best = max(
            ((a, k, v) for a, k, v in of.get(h, ()) if a < t and k < t),
            key=lambda r: (r[0], r[1]),
            default=None,
        )
        out.append(best[2] if best is not None and t - best[0] <= limit else math.nan)
    return pd.Series(out, index=decisions.index, dtype=float)


def _pj_pairs(decisions, log):
    left = decisions[["household_id", "time"]].reset_index(drop=True)
    left["row"] = np.arange(len(left))
    pairs = left.merge(log[["household_id", "holds_from", "known_at", "value"]], on="household_id")
    return pairs


def _pj_back(picked, decisions):
    value = picked.set_index("row")["value"].reindex(range(len(decisions))).to_numpy(dtype=float)
    return pd.Series(value, index=decisions.index)


def point_in_time_join__right_merge_thirteenth(decisions, log, max_age=90):
    pairs = _pj_pairs(decisions, log)
    pairs = pairs[(pairs["holds_from"] < pairs["time"]) & (pairs["known_at"] < pairs["time"])]
    pairs = pairs.sort_values(["holds_from", "known_at"]).drop_duplicates("row", keep="last")
    pairs = pairs[pairs["time"] - pairs["holds_from"] <= pd.Timedelta(days=max_age)]
    return _pj_back(pairs, decisions)


def point_in_time_join__right_sorted_backwards(decisions, log, max_age=90):
    s = log.sort_values(["household_id", "holds_from", "known_at"], kind="stable")
    groups = {
        h: (g["holds_from"].tolist(), g["known_at"].tolist(), g["value"].tolist())
        for h, g in s.groupby("household_id")
    }
    limit, out = pd.Timedelta(days=max_age), np.full(len(decisions), np.nan)
    for i, (h, t) in enumerate(zip(decisions["household_id"].tolist(), decisions["time"].tolist())):
        if h not in groups:
            continue
        holds, known, value = groups[h]
        j = bisect.bisect_left(holds, t) - 1
        while j >= 0 and t - holds[j] <= limit:
            if known[j] < t:
                out[i] = value[j]
                break
            j -= 1
    return pd.Series(out, index=decisions.index)


def _pj_rule(decisions, log, max_age, ok, keys=("holds_from", "known_at"), fresh=None, pick="last"):
    pairs = _pj_pairs(decisions, log)
    pairs = (
        pairs[ok(pairs)].sort_values(list(keys), kind="stable").drop_duplicates("row", keep=pick)
    )
    limit = pd.Timedelta(days=max_age)
    age = fresh(pairs, limit) if fresh else pairs["time"] - pairs["holds_from"] <= limit
    return _pj_back(pairs[age], decisions)


def _pj_both(q):
    return (q["holds_from"] < q["time"]) & (q["known_at"] < q["time"])


def point_in_time_join__wrong_holds_at_decision_thirteenth(decisions, log, max_age=90):
    """holds_from <= t: a value that holds from the moment of the decision is read."""
    return _pj_rule(
        decisions,
        log,
        max_age,
        lambda q: (q["holds_from"] <= q["time"]) & (q["known_at"] < q["time"]),
    )


def point_in_time_join__wrong_known_at_decision(decisions, log, max_age=90):
    """known_at <= t: a record that arrives at the moment of the decision is read."""
    return _pj_rule(
        decisions,
        log,
        max_age,
        lambda q: (q["holds_from"] < q["time"]) & (q["known_at"] <= q["time"]),
    )


def point_in_time_join__wrong_last_known_thirteenth(decisions, log, max_age=90):
    """The record known last is read, although another holds from a later time: late news of an old tier."""
    return _pj_rule(decisions, log, max_age, _pj_both, keys=("known_at", "holds_from"))


def point_in_time_join__wrong_first_known_of_ties(decisions, log, max_age=90):
    """Of records that hold from one time the first known is read; a correction is ignored."""
    log = log.sort_values("known_at").drop_duplicates(["household_id", "holds_from"])
    return _pj_rule(decisions, log, max_age, _pj_both)


def point_in_time_join__wrong_corrected_before_join(decisions, log, max_age=90):
    """Only the last correction is kept, before anything is joined: a correction of the future deletes the value that was known."""
    log = log.sort_values("known_at").drop_duplicates(["household_id", "holds_from"], keep="last")
    return _pj_rule(decisions, log, max_age, _pj_both)


def point_in_time_join__wrong_withdrawn_falls_back(decisions, log, max_age=90):
    """NaN is dropped first, so an older value takes the place of a withdrawn one."""
    return _pj_rule(decisions, log.dropna(subset=["value"]), max_age, _pj_both)


def point_in_time_join__wrong_group_last_skips_nan(decisions, log, max_age=90):
    """groupby.last() skips NaN in each column by itself: a withdrawn value is replaced by an older one."""
    pairs = _pj_pairs(decisions, log)
    pairs = pairs[_pj_both(pairs)].sort_values(["holds_from", "known_at"])
    picked = pairs.groupby("row").last().reset_index()
    picked = picked[picked["time"] - picked["holds_from"] <= pd.Timedelta(days=max_age)]
    return _pj_back(picked, decisions)


def point_in_time_join__wrong_whole_days_of_age_thirteenth(decisions, log, max_age=90):
    """(t - holds_from).dt.days > 90: 90 days and 5 hours count as 90 and are still read."""
    return _pj_rule(
        decisions,
        log,
        max_age,
        _pj_both,
        fresh=lambda q, m: (q["time"] - q["holds_from"]).dt.days <= m.days,
    )


def point_in_time_join__wrong_age_edge_thirteenth(decisions, log, max_age=90):
    """Exactly 90 days are too old here; only more than 90 are."""
    return _pj_rule(
        decisions, log, max_age, _pj_both, fresh=lambda q, m: q["time"] - q["holds_from"] < m
    )


def point_in_time_join__wrong_age_since_known(decisions, log, max_age=90):
    """The age is counted from known_at: a record that arrived 60 days late lives 60 days longer."""
    return _pj_rule(
        decisions, log, max_age, _pj_both, fresh=lambda q, m: q["time"] - q["known_at"] <= m
    )


def point_in_time_join__wrong_asof_then_known(decisions, log, max_age=90):
    """The latest holding record is chosen first; if it was not known yet, NaN, although an older one was known."""
    pairs = _pj_pairs(decisions, log)
    pairs = pairs[pairs["holds_from"] < pairs["time"]].sort_values(["holds_from", "known_at"])
    picked = pairs.drop_duplicates("row", keep="last")
    picked = picked[
        (picked["known_at"] < picked["time"])
        & (picked["time"] - picked["holds_from"] <= pd.Timedelta(days=max_age))
    ]
    return _pj_back(picked, decisions)


def point_in_time_join__wrong_available_time(decisions, log, max_age=90):
    """merge_asof on max(holds_from, known_at): the record that became readable last, not the one that holds from the latest time."""
    log = log.assign(ready=log[["holds_from", "known_at"]].max(axis=1))
    log = log.sort_values(["ready", "holds_from", "known_at"], kind="stable")
    left = decisions[["household_id", "time"]].reset_index(drop=True)
    left = left.assign(row=np.arange(len(left))).sort_values("time", kind="stable")
    if len(left) == 0 or len(log) == 0:
        return pd.Series(np.full(len(decisions), np.nan), index=decisions.index)
    picked = pd.merge_asof(
        left, log, left_on="time", right_on="ready", by="household_id", allow_exact_matches=False
    )
    picked = picked[picked["time"] - picked["holds_from"] <= pd.Timedelta(days=max_age)]
    return _pj_back(picked, decisions)


def point_in_time_join__wrong_advance_news_lost(decisions, log, max_age=90):
    """Records known before they hold are dropped as errors; an announced change must be read."""
    return _pj_rule(decisions, log[log["known_at"] >= log["holds_from"]], max_age, _pj_both)


def point_in_time_join__wrong_household_ignored(decisions, log, max_age=90):
    """Where a household has no record at all, the others' latest is read (a global asof); must be NaN."""
    own = point_in_time_join__right_merge_thirteenth(decisions, log, max_age)
    strange = ~decisions["household_id"].isin(log["household_id"]).to_numpy()
    out = own.to_numpy().copy()
    for i in np.flatnonzero(strange):
        t = decisions["time"].iloc[i]
        ok = log[(log["holds_from"] < t) & (log["known_at"] < t)].sort_values(
            ["holds_from", "known_at"]
        )
        if len(ok) and t - ok["holds_from"].iloc[-1] <= pd.Timedelta(days=max_age):
            out[i] = ok["value"].iloc[-1]
    return pd.Series(out, index=decisions.index)


def point_in_time_join__wrong_result_by_time(decisions, log, max_age=90):
    """merge_asof needs sorted decisions, and its result stays sorted by time, with their index: order of the rows lost."""
    order = np.argsort(decisions["time"].to_numpy(), kind="stable")
    return point_in_time_join__right_merge_thirteenth(decisions.iloc[order], log, max_age)


def point_in_time_join__wrong_new_index(decisions, log, max_age=90):
    """The index is 0, 1, 2 and not that of decisions."""
    return point_in_time_join__right_merge_thirteenth(decisions, log, max_age).reset_index(
        drop=True
    )


def point_in_time_join__wrong_index_labels(decisions, log, max_age=90):
    """Values are put back by index label: with repeated labels the last decision overwrites the others."""
    right = point_in_time_join__right_merge_thirteenth(decisions, log, max_age)
    out = pd.Series(np.nan, index=decisions.index)
    for label, v in zip(right.index, right.to_numpy()):
        out.loc[label] = v
    return out


def point_in_time_join__wrong_households_without_log_dropped(decisions, log, max_age=90):
    """An inner join: a decision of a household without any record has no row."""
    right = point_in_time_join__right_merge_thirteenth(decisions, log, max_age)
    return right[decisions["household_id"].isin(log["household_id"]).to_numpy()]


def point_in_time_join__wrong_zero_age_is_default(decisions, log, max_age=90):
    """`max_age or 90`: a max_age of 0 allows nothing, but becomes 90."""
    return point_in_time_join__right_merge_thirteenth(decisions, log, max_age or 90)


def point_in_time_join__wrong_log_sorted_in_place(decisions, log, max_age=90):
    """Sorts the caller's log."""
    log.sort_values(["holds_from", "known_at"], inplace=True)
    return point_in_time_join__right_merge_thirteenth(decisions, log, max_age)


def point_in_time_join__wrong_by_calendar_day(decisions, log, max_age=90):
    """Times are cut to days: a record known at 09:00 is not read by a decision of 15:00 on the same day."""
    cut = log.assign(
        holds_from=log["holds_from"].dt.normalize(), known_at=log["known_at"].dt.normalize()
    )
    cut = cut.sort_values(["holds_from", "known_at"], kind="stable")
    return point_in_time_join__right_merge_thirteenth(
        decisions.assign(time=decisions["time"].dt.normalize()), cut, max_age
    )


def point_in_time_join__wrong_zero_for_missing(decisions, log, max_age=90):
    """A value of 0.0 is falsy (`value or nan`): zero points are read as NaN."""
    right = point_in_time_join__right_merge_thirteenth(decisions, log, max_age)
    return pd.Series([v or math.nan for v in right.tolist()], index=decisions.index, dtype=float)


# 1.7 rfm_scores

_RFM = (("recency", "R"), ("frequency", "F"), ("monetary", "M"))


def rfm_scores__right_rank_min(profile, q=5):
    n, out = len(profile), {}
    for column, name in _RFM:
        rank = profile[column].rank(method="min", ascending=column != "recency")
        out[name] = 1 + q * (rank.astype("int64") - 1) // max(n, 1)
    return pd.DataFrame(out, index=profile.index)


def rfm_scores__right_searchsorted_thirteenth(profile, q=5):
    n, out = len(profile), {}
    for column, name in _RFM:
        v = profile[column].to_numpy()
        s = np.sort(v)
        worse = n - np.searchsorted(s, v, "right") if name == "R" else np.searchsorted(s, v, "left")
        out[name] = 1 + q * worse // max(n, 1)
    return pd.DataFrame(out, index=profile.index)


def rfm_scores__right_pure_loop(profile, q=5):
    n, out = len(profile), {}
    for column, name in _RFM:
        values = profile[column].tolist()
        before, seen = {}, 0
        for v in sorted(values, reverse=name == "R"):
            before.setdefault(v, seen)
            seen += 1
        out[name] = [1 + math.floor(Fraction(q * before[v], n)) for v in values]
    return pd.DataFrame(out, index=profile.index, dtype="int64")


def _rfm_by(profile, q, score):
    n = len(profile)
    out = {}
    for column, name in _RFM:
        v = profile[column]
        out[name] = np.asarray(score(v, name == "R", n)).astype("int64")
    return pd.DataFrame(out, index=profile.index)


def _rfm_worse(v, reverse):
    return v.rank(method="min", ascending=not reverse).to_numpy().astype("int64") - 1


def rfm_scores__wrong_float_share(profile, q=5):
    """floor(q * (b / n)): b / n is inexact, so a score is missed, such as q=49, n=49, b=1: 1 in place of 2."""
    return _rfm_by(profile, q, lambda v, r, n: 1 + np.floor(q * (_rfm_worse(v, r) / n)))


def rfm_scores__wrong_float_share_cents(profile, q=5):
    """floor(b / n / (1 / q)): divides by an inexact class width: q=10, n=10, b=3 gives 0.3/0.1 = 2.99..."""
    return _rfm_by(profile, q, lambda v, r, n: 1 + np.floor((_rfm_worse(v, r) / n) / (1 / q)))


def rfm_scores__wrong_modulo_steps(profile, q=5):
    """floor_divide of floats, b / n // (1 / q): q=5, n=5, b=3: 0.6 // 0.2 = 2."""
    return _rfm_by(profile, q, lambda v, r, n: 1 + (_rfm_worse(v, r) / n) // (1 / q))


def rfm_scores__wrong_nudge(profile, q=5):
    """floor(q * b / n + 1e-2) "against rounding": q=5, n=1000, b=999 is 4.995 and becomes 5, so the score is 6."""
    return _rfm_by(profile, q, lambda v, r, n: 1 + np.floor(q * _rfm_worse(v, r) / n + 1e-2))


def rfm_scores__wrong_ties_average(profile, q=5):
    """rank() with its default "average": the tied get half of their own number as worse; q=5, values [1,1,4,9]: rank 1.5."""
    return _rfm_by(profile, q, lambda v, r, n: 1 + np.floor(q * (v.rank(ascending=not r) - 1) / n))


def rfm_scores__wrong_ties_in_order(profile, q=5):
    """rank(method="first"): equal values get different scores."""
    return _rfm_by(
        profile,
        q,
        lambda v, r, n: 1 + q * (v.rank(method="first", ascending=not r).astype(int) - 1) // n,
    )


def rfm_scores__wrong_recency_from_the_end(profile, q=5):
    """R = q + 1 - score of the days: ties of recency are counted from the wrong side, and the best gets q though b < n."""
    out = _rfm_by(profile, q, lambda v, r, n: 1 + q * _rfm_worse(v, False) // n)
    return out.assign(R=q + 1 - out["R"])


def rfm_scores__wrong_recency_ties_max(profile, q=5):
    """R uses n - rank(method="min") as the number of worse ones: tied households count each other, [10, 10] days."""
    out = rfm_scores__right_rank_min(profile, q)
    n = len(profile)
    worse = n - profile["recency"].rank(method="min").astype(int)
    return out.assign(R=1 + q * worse // max(n, 1))


def rfm_scores__wrong_recency_not_turned(profile, q=5):
    """More days are better: R is upside down."""
    return _rfm_by(profile, q, lambda v, r, n: 1 + q * _rfm_worse(v, False) // n)


def rfm_scores__wrong_unsigned_minus_thirteenth(profile, q=5):
    """-recency on an unsigned column: 0 days stays 0 and becomes the smallest of the negatives (uint8 [0, 5, 9])."""
    out = rfm_scores__right_rank_min(profile, q)
    minus = pd.Series(-profile["recency"].to_numpy(), index=profile.index)
    return out.assign(
        R=1 + q * (minus.rank(method="min").astype("int64") - 1) // max(len(profile), 1)
    )


def rfm_scores__wrong_int8_product(profile, q=5):
    """The number of worse ones is kept in int8 ("small numbers"): with 200 households it overflows."""
    return _rfm_by(
        profile, q, lambda v, r, n: 1 + (np.int64(q) * _rfm_worse(v, r).astype(np.int8)) // n
    )


def rfm_scores__wrong_refunds_are_zero_thirteenth(profile, q=5):
    """monetary is clipped at 0: -5 and 0 USD get the same score, and 0 is not better than -5."""
    return rfm_scores__right_rank_min(profile.assign(monetary=profile["monetary"].clip(lower=0)), q)


def rfm_scores__wrong_whole_dollars_thirteenth(profile, q=5):
    """monetary is cut to whole dollars: 5.20 and 5.90 are not equal."""
    return rfm_scores__right_rank_min(
        profile.assign(monetary=np.floor(profile["monetary"].astype(float))), q
    )


def rfm_scores__wrong_dense_classes(profile, q=5):
    """Counts smaller *different values* (dense rank) over their number, so many equal households count once."""

    def score(v, r, n):
        d = v.rank(method="dense", ascending=not r).astype(int) - 1
        return 1 + q * d // (d.max() + 1)

    return _rfm_by(profile, q, score)


def rfm_scores__wrong_others_only_thirteenth(profile, q=5):
    """The share is of the other n - 1 households, and the best is capped at q: [1, 2, 3, 4] with q=4."""
    return _rfm_by(
        profile, q, lambda v, r, n: np.minimum(q, 1 + q * _rfm_worse(v, r) // max(n - 1, 1))
    )


def rfm_scores__wrong_pct_ceil(profile, q=5):
    """ceil(q * rank(pct=True, method="max")): equal values get the score of the best of them."""
    return _rfm_by(
        profile, q, lambda v, r, n: np.ceil(v.rank(method="max", ascending=not r) * q / n)
    )


def rfm_scores__wrong_always_five(profile, q=5):
    """q is ignored: q=4 gives scores up to 5."""
    return rfm_scores__right_rank_min(profile, 5)


def rfm_scores__wrong_index_lost_thirteenth(profile, q=5):
    """The index is 0, 1, 2, not the households."""
    return rfm_scores__right_rank_min(profile, q).reset_index(drop=True)


def rfm_scores__wrong_floats_thirteenth(profile, q=5):
    """Scores are floats, a DataFrame of int is asked for."""
    return rfm_scores__right_rank_min(profile, q).astype(float)


def rfm_scores__wrong_written_into_profile(profile, q=5):
    """The scores are written into the caller's table."""
    scores = rfm_scores__right_rank_min(profile, q)
    for name in "RFM":
        profile[name] = scores[name]
    return profile[["R", "F", "M"]]


def rfm_scores__wrong_silent_left_out_of_n(profile, q=5):
    """Households with frequency 0 get 1 in F and are left out of the count for the others: [0, 0, 1, 2]."""
    out = rfm_scores__right_rank_min(profile, q)
    buyers = profile["frequency"] > 0
    if buyers.any():
        f = rfm_scores__right_rank_min(profile[buyers.to_numpy()], q)["F"].to_numpy()
        values = np.ones(len(profile), dtype="int64")
        values[buyers.to_numpy()] = f
        out["F"] = values
    return out


# 1.8 kill_rfm


def _kr_oracle(profile, q):
    n = len(profile)
    rows = []
    for r, f, m in zip(
        profile["recency"].tolist(), profile["frequency"].tolist(), profile["monetary"].tolist()
    ):
        b = (
            sum(x > r for x in profile["recency"].tolist()),
            sum(x < f for x in profile["frequency"].tolist()),
            sum(x < m for x in profile["monetary"].tolist()),
        )
        rows.append([1 + q * k // n for k in b])
    return rows


def _kr_profiles():
    yield pd.DataFrame(
        {
            "recency": [56, 56, 3, 56, 3, 56, 1, 20, 12, 56],
            "frequency": [0, 0, 4, 0, 9, 0, 2, 2, 5, 0],
            "monetary": [0.0, 0.0, 12.25, 0.0, 12.75, 0.0, -3.5, 7.1, 7.9, 0.0],
        },
        index=[31, 8, 5, 77, 2, 90, 14, 6, 3, 100],
    )
    rng = np.random.default_rng(0)
    for n in (1, 2, 7, 49, 50, 60, 98):
        yield pd.DataFrame(
            {
                "recency": rng.permutation(n) // 2,
                "frequency": rng.permutation(n),
                "monetary": (rng.permutation(n) - n // 3) / 4,
            },
            index=rng.permutation(n) * 3 + 5,
        )


def _kr_odd_types():
    yield pd.DataFrame(
        {
            "recency": np.array([0, 5, 9, 200, 5], dtype="uint8"),
            "frequency": np.array([0, 0, 3, 1, 2], dtype="int32"),
            "monetary": [0.25, -0.25, 0.75, -7.0, 0.0],
        },
        index=["e", "b", "a", "d", "c"],
    )
    n = 300
    yield pd.DataFrame(
        {
            "recency": np.arange(n) // 3,
            "frequency": np.arange(n) % 7,
            "monetary": np.arange(n) / 100,
        }
    )


def kill_rfm__right_battery(fn):
    for profile in _kr_odd_types():
        for q in (5, 7):
            if fn(profile.copy(), q)[["R", "F", "M"]].to_numpy().tolist() != _kr_oracle(profile, q):
                return False
    for profile in _kr_profiles():
        for q in (1, 2, 3, 4, 5, 7, 10, 49):
            before = profile.copy()
            got = fn(profile, q)
            if not profile.equals(before) or list(got.index) != list(before.index):
                return False
            if got[["R", "F", "M"]].to_numpy().tolist() != _kr_oracle(before, q):
                return False
            if not all(np.issubdtype(t, np.integer) for t in got[["R", "F", "M"]].dtypes):
                return False
    return True


def kill_rfm__right_exceptions_caught(fn):
    try:
        return kill_rfm__right_battery(fn) and all(
            np.array_equal(fn(p.copy(), q)[["R", "F", "M"]].to_numpy(), np.array(_kr_oracle(p, q)))
            and fn(p.copy(), q).index.equals(p.index)
            for p in _kr_profiles()
            for q in (5, 10)
        )
    except Exception:
        return False


def kill_rfm__right_by_properties(fn):
    for p in [*_kr_odd_types(), *_kr_profiles()]:
        n = len(p)
        for q in (3, 4, 5, 10, 49):
            passed = p.copy()
            s = fn(passed, q)
            if not passed.equals(p) or not s.index.equals(p.index):
                return False
            if any(kind.kind not in "iu" for kind in s[["R", "F", "M"]].dtypes):
                return False
            for c, k, sign in (("recency", "R", -1), ("frequency", "F", 1), ("monetary", "M", 1)):
                v = sign * p[c].to_numpy(float)
                b = (v[:, None] > v[None, :]).sum(axis=1)
                x = s[k].to_numpy() - 1
                if (x * n > q * b).any() or (q * b >= (x + 1) * n).any() or (x % 1).any():
                    return False
    return True


def kill_rfm__wrong_docstring_only(fn):
    """Only the docstring's example, on which all eight wrong ones are right."""
    p = pd.DataFrame(
        {"recency": [30, 20, 10, 1], "frequency": [1, 1, 4, 9], "monetary": [5, 6, 7, 8]}
    )
    return fn(p, 5).values.tolist() == [[1, 1, 1], [2, 1, 2], [3, 3, 3], [4, 4, 4]]


def kill_rfm__wrong_no_ties_no_index(fn):
    """Random profiles without ties, positive, index 0, 1, 2, and q = 5 only: wrong ties, signs and index pass."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        p = pd.DataFrame(rng.uniform(1, 99, (103, 3)), columns=["recency", "frequency", "monetary"])
        if fn(p.copy(), 5)[["R", "F", "M"]].to_numpy().tolist() != _kr_oracle(p, 5):
            return False
    return True


def kill_rfm__wrong_asserts_return_none(fn):
    """Asserts, and forgets to return True: a right one gets None."""
    for p in _kr_profiles():
        assert fn(p.copy(), 5)[["R", "F", "M"]].to_numpy().tolist() == _kr_oracle(p, 5)


def kill_rfm__wrong_frame_truth(fn):
    """`if fn(...) == expected` of DataFrames raises, so right ones are rejected."""
    for p in _kr_profiles():
        want = pd.DataFrame(_kr_oracle(p, 5), index=p.index, columns=["R", "F", "M"])
        if fn(p.copy(), 5) == want:
            continue
        return False
    return True


def kill_rfm__wrong_oracle_floats(fn):
    """The expected scores come from floor(q * (b / n)), so right ones are rejected at q = n = 49."""
    for p in _kr_profiles():
        for q in (5, 10, 49):
            want = rfm_scores__wrong_float_share(p, q)
            if fn(p.copy(), q)[["R", "F", "M"]].to_numpy().tolist() != want.to_numpy().tolist():
                return False
    return True


def kill_rfm__wrong_best_must_get_q(fn):
    """Demands that the best household gets q; of four households with q = 5 the best gets 4, and with ties less."""
    for p in _kr_profiles():
        if (fn(p.copy(), 5).max() != 5).any():
            return False
    return kill_rfm__right_battery(fn)


def kill_rfm__wrong_expects_range_index(fn):
    """Compares with a frame whose index is 0, 1, 2, so a right one that keeps the households' names is rejected."""
    for p in _kr_profiles():
        want = pd.DataFrame(_kr_oracle(p, 5), columns=["R", "F", "M"])
        if not fn(p.copy(), 5)[["R", "F", "M"]].astype("int64").equals(want):
            return False
    return True


def kill_rfm__wrong_missing_values_thirteenth(fn):
    """Puts a NaN into the profile, "none missing": right ones may raise or return anything."""
    p = pd.DataFrame(
        {"recency": [3.0, np.nan, 1.0], "frequency": [1, 2, 3], "monetary": [1.0, 2.0, 3.0]}
    )
    return fn(p, 3)["R"].tolist() == [1, 1, 3] and kill_rfm__right_battery(fn)


def kill_rfm__wrong_ranges_only(fn):
    """Looks only at range, shape and that more money is never a lower score; ties, floor and recency are not asked."""
    for p in _kr_profiles():
        s = fn(p.copy(), 5)
        if s.shape != (len(p), 3) or s.min().min() < 1 or s.max().max() > 5:
            return False
        m = s["M"].to_numpy()[np.argsort(p["monetary"].to_numpy(), kind="stable")]
        if (np.diff(m) < 0).any():
            return False
    return True


def kill_rfm__wrong_money_column_only(fn):
    """Only column M is compared, so mistakes in R and F pass, and q is always 5."""
    p = pd.DataFrame(
        {"recency": [5, 3, 3, 1], "frequency": [1, 1, 2, 3], "monetary": [1.0, 2.0, 3.0, 4.0]}
    )
    return fn(p, 5)["M"].tolist() == [1, 2, 3, 4]


def kill_rfm__wrong_verdict_of_last(fn):
    """The verdict of each case overwrites the one before; only the last case (one household) decides."""
    verdict = False
    for p in [*_kr_profiles()][::-1][:-1] + [
        pd.DataFrame({"recency": [1], "frequency": [1], "monetary": [1.0]})
    ]:
        verdict = fn(p.copy(), 5)[["R", "F", "M"]].to_numpy().tolist() == _kr_oracle(p, 5)
    return verdict


def kill_rfm__wrong_inverted(fn):
    """Returns True if a mistake was found: the two verdicts are exchanged."""
    return not kill_rfm__right_exceptions_caught(fn)


# 1.9 coverage_by_value


def _cv_class(monetary, q):
    v = monetary.to_numpy()
    return 1 + q * np.searchsorted(np.sort(v), v, "left") // max(len(v), 1)


def coverage_by_value__right_group_mean(monetary, has_demo, q=5):
    yes = has_demo.index[has_demo.to_numpy(dtype=bool)]
    known = pd.Series(monetary.index.isin(yes).astype(float))
    return known.groupby(_cv_class(monetary, q)).mean().reindex(range(1, q + 1)).astype(float)


def coverage_by_value__right_loop_thirteenth(monetary, has_demo, q=5):
    answer = dict(zip(has_demo.index, has_demo.tolist()))
    money = monetary.tolist()
    total, known = [0] * (q + 1), [0] * (q + 1)
    ordered = sorted(money)
    for name, m in zip(monetary.index, money):
        c = 1 + q * bisect.bisect_left(ordered, m) // len(money)
        total[c] += 1
        known[c] += bool(answer.get(name, False))
    return pd.Series(
        [known[c] / total[c] if total[c] else math.nan for c in range(1, q + 1)],
        index=range(1, q + 1),
        dtype=float,
    )


def coverage_by_value__right_bincount_thirteenth(monetary, has_demo, q=5):
    c = _cv_class(monetary, q)
    known = has_demo.reindex(monetary.index).map(lambda x: x is not None and x == x and bool(x))
    known = known.to_numpy(dtype=float) if len(known) else np.zeros(0)
    size = np.bincount(c, minlength=q + 1)[1:]
    with np.errstate(all="ignore"):
        share = np.bincount(c, weights=known, minlength=q + 1)[1:] / size
    return pd.Series(share, index=np.arange(1, q + 1))


def _cv_make(known, c, q):
    return (
        pd.Series(np.asarray(known, float))
        .groupby(np.asarray(c))
        .mean()
        .reindex(range(1, q + 1))
        .astype(float)
    )


def _cv_known(monetary, has_demo):
    return monetary.index.isin(has_demo.index[has_demo.to_numpy(dtype=bool)])


def coverage_by_value__wrong_listed_is_known_thirteenth(monetary, has_demo, q=5):
    """isin(has_demo.index): a household that is listed with False counts as known."""
    return _cv_make(monetary.index.isin(has_demo.index), _cv_class(monetary, q), q)


def coverage_by_value__wrong_inner_join_thirteenth(monetary, has_demo, q=5):
    """Only listed households are in the denominator (mean skips the NaN of the join): c of the example is not counted."""
    known = has_demo.reindex(monetary.index).astype(float)
    return _cv_make(known.to_numpy(), _cv_class(monetary, q), q)


def coverage_by_value__wrong_classes_of_listed(monetary, has_demo, q=5):
    """Classes are made after the join, of the listed households only."""
    both = monetary[monetary.index.isin(has_demo.index)]
    if len(both) == 0:
        return pd.Series(np.nan, index=range(1, q + 1))
    return _cv_make(_cv_known(both, has_demo), _cv_class(both, q), q)


def coverage_by_value__wrong_by_position_thirteenth(monetary, has_demo, q=5):
    """If both have the same length, they are joined by position: has_demo in another order of names."""
    if len(has_demo) == len(monetary):
        return _cv_make(has_demo.to_numpy(dtype=float), _cv_class(monetary, q), q)
    return coverage_by_value__right_group_mean(monetary, has_demo, q)


def coverage_by_value__wrong_empty_class_zero_thirteenth(monetary, has_demo, q=5):
    """A class without households gets 0, must be NaN: many equal values, or q larger than the number of households."""
    return coverage_by_value__right_group_mean(monetary, has_demo, q).fillna(0.0)


def coverage_by_value__wrong_empty_class_missing_thirteenth(monetary, has_demo, q=5):
    """A class without households has no row."""
    return coverage_by_value__right_group_mean(monetary, has_demo, q).dropna()


def coverage_by_value__wrong_classes_up_to_largest(monetary, has_demo, q=5):
    """The index ends with the largest class that occurs: with three households and q=5 there is no row 5."""
    c = _cv_class(monetary, q)
    return coverage_by_value__right_group_mean(monetary, has_demo, q).loc[
        : c.max() if len(c) else 0
    ]


def coverage_by_value__wrong_qcut_thirteenth(monetary, has_demo, q=5):
    """qcut: cuts at quantiles, so with n not divisible by q or with ties the classes are others than M."""
    c = pd.qcut(monetary.rank(method="first"), q, labels=False).to_numpy() + 1
    return _cv_make(_cv_known(monetary, has_demo), c, q)


def coverage_by_value__wrong_qcut_dropped_edges(monetary, has_demo, q=5):
    """qcut(duplicates="drop"): with many equal values the classes are numbered from 1 without gaps."""
    c = pd.qcut(monetary, q, labels=False, duplicates="drop").to_numpy() + 1
    return _cv_make(_cv_known(monetary, has_demo), c, q)


def coverage_by_value__wrong_extra_names_in_share(monetary, has_demo, q=5):
    """The known per class are divided by the size of the class plus the unknown names that join as class 1."""
    frame = pd.concat([monetary.rename("m"), has_demo.rename("d")], axis=1)
    frame["d"] = [x is True or x is np.True_ or x == 1 for x in frame["d"]]
    frame["m"] = frame["m"].fillna(0.0)
    return _cv_make(frame["d"].to_numpy(), _cv_class(frame["m"], q), q)


def coverage_by_value__wrong_share_of_known(monetary, has_demo, q=5):
    """The share of the known households that is in each class: the wrong denominator."""
    known = _cv_known(monetary, has_demo)
    c = _cv_class(monetary, q)
    size = np.bincount(c, minlength=q + 1)[1:]
    hits = np.bincount(c, weights=known.astype(float), minlength=q + 1)[1:]
    return pd.Series(np.where(size > 0, hits / max(known.sum(), 1), np.nan), index=range(1, q + 1))


def coverage_by_value__wrong_float_classes(monetary, has_demo, q=5):
    """Classes by floor(q * (b / n)): for q = n = 49 a class is missed because b / n is not exact."""
    v = monetary.to_numpy()
    b = np.searchsorted(np.sort(v), v, "left")
    return _cv_make(
        _cv_known(monetary, has_demo), 1 + np.floor(q * (b / max(len(v), 1))).astype(int), q
    )


def coverage_by_value__wrong_ties_by_order(monetary, has_demo, q=5):
    """Classes by position in the sorted order: equal values are spread over classes."""
    order = np.argsort(monetary.to_numpy(), kind="stable")
    c = np.empty(len(order), dtype=int)
    c[order] = 1 + q * np.arange(len(order)) // max(len(order), 1)
    return _cv_make(_cv_known(monetary, has_demo), c, q)


def coverage_by_value__wrong_nobody_listed_is_nan(monetary, has_demo, q=5):
    """Where nobody has demographics everything is NaN ("no data"); the classes with households are 0."""
    if not has_demo.any():
        return pd.Series(np.nan, index=range(1, q + 1))
    return coverage_by_value__right_group_mean(monetary, has_demo, q)


def coverage_by_value__wrong_best_class_first(monetary, has_demo, q=5):
    """Class 1 is the best: classes of -monetary."""
    return _cv_make(_cv_known(monetary, has_demo), _cv_class(-monetary, q), q)


def coverage_by_value__wrong_zero_based(monetary, has_demo, q=5):
    """The index is 0 to q - 1."""
    return coverage_by_value__right_group_mean(monetary, has_demo, q).set_axis(range(q))


def coverage_by_value__wrong_buyers_only_thirteenth(monetary, has_demo, q=5):
    """Households that spent 0 or less are not in the denominator (nor in the classes' shares); of *all* households is asked."""
    c = _cv_class(monetary, q)
    known = _cv_known(monetary, has_demo)
    ok = monetary.to_numpy() > 0
    return _cv_make(known[ok], c[ok], q)


TRUE |= {
    "to_local_day__wrong_five_hours_thirteenth": ("always_five_hours",),
    "to_local_day__wrong_zone_ignored_thirteenth": ("zone_ignored",),
    "to_local_day__wrong_read_as_local": ("zone_added_not_converted",),
    "to_local_day__wrong_keeps_time": ("hour_kept",),
    "to_local_day__wrong_offset_of_first_row": ("one_offset_for_all",),
    "to_local_day__wrong_midnight_first": ("midnight_before_the_zone",),
    "to_local_day__wrong_nat_dropped_thirteenth": ("missing_dropped",),
    "to_local_day__wrong_index_reset": ("index_lost",),
    "household_profile__wrong_lines_thirteenth": ("lines_counted",),
    "household_profile__wrong_days_for_baskets_thirteenth": ("days_counted",),
    "household_profile__wrong_oldest_day_lost": ("first_day_left_out",),
    "household_profile__wrong_asof_included_thirteenth": ("day_itself_counts",),
    "household_profile__wrong_ids_sorted": ("sorted_by_household",),
    "household_profile__wrong_recency_outside_window": ("silent_since_their_last_purchase",),
    "household_profile__wrong_first_purchase_thirteenth": ("days_since_the_first_purchase",),
    "leak_audit__wrong_strictly_later_thirteenth": ("start_itself_allowed",),
    "leak_audit__wrong_nat_counts_thirteenth": ("missing_times_are_late",),
    "leak_audit__wrong_last_record_only": ("last_row_decides",),
    "leak_audit__wrong_all_records": ("first_record_decides",),
    "leak_audit__wrong_by_day_thirteenth": ("days_compared",),
    "leak_audit__wrong_order_of_appearance": ("not_sorted",),
    "leak_audit__wrong_repeated_thirteenth": ("features_repeated",),
    "leak_audit__wrong_nat_hides_feature": ("missing_times_hide_the_late",),
    "leak_audit__wrong_mean_time": ("average_record_decides",),
    "population_asof__wrong_known_ignored_thirteenth": ("late_records_counted",),
    "population_asof__wrong_known_up_to_asof": ("arrivals_of_the_midnight_counted",),
    "population_asof__wrong_nat_is_known_thirteenth": ("never_arrived_counted",),
    "population_asof__wrong_announced_order_counts": ("orders_in_advance_counted",),
    "population_asof__wrong_late_record_activates": ("late_records_wake",),
    "population_asof__wrong_window_by_arrival": ("window_of_arrival",),
    "population_asof__wrong_window_edge": ("window_a_day_short",),
    "population_asof__wrong_asof_day_counts": ("the_day_counts",),
    "population_asof__wrong_last_row_thirteenth": ("last_row_counted",),
    "population_asof__wrong_order_of_appearance": ("households_as_they_come",),
    "population_asof__wrong_unknown_are_silent": ("later_households_silent",),
    "population_asof__wrong_nat_filled_with_day": ("never_arrived_counted",),
    "point_in_time_join__wrong_last_known_thirteenth": ("last_arrival_read",),
    "point_in_time_join__wrong_first_known_of_ties": ("corrections_never_read",),
    "point_in_time_join__wrong_withdrawn_falls_back": ("withdrawn_values_skipped",),
    "point_in_time_join__wrong_group_last_skips_nan": ("withdrawn_values_skipped",),
    "point_in_time_join__wrong_whole_days_of_age_thirteenth": ("age_in_whole_days",),
    "point_in_time_join__wrong_age_edge_thirteenth": ("oldest_value_refused",),
    "point_in_time_join__wrong_age_since_known": ("age_since_arrival",),
    "point_in_time_join__wrong_new_index": ("decisions_renumbered",),
    "rfm_scores__wrong_float_share": ("share_before_product",),
    "rfm_scores__wrong_float_share_cents": ("share_before_product",),
    "rfm_scores__wrong_modulo_steps": ("share_before_product",),
    "rfm_scores__wrong_ties_average": ("ties_averaged",),
    "rfm_scores__wrong_ties_in_order": ("ties_split_by_position",),
    "rfm_scores__wrong_recency_from_the_end": ("recency_classes_turned",),
    "rfm_scores__wrong_recency_not_turned": ("recency_not_reversed",),
    "rfm_scores__wrong_unsigned_minus_thirteenth": ("unsigned_days_negated",),
    "rfm_scores__wrong_refunds_are_zero_thirteenth": ("refunds_as_nothing",),
    "rfm_scores__wrong_whole_dollars_thirteenth": ("money_in_whole_dollars",),
    "rfm_scores__wrong_dense_classes": ("distinct_values_counted",),
    "rfm_scores__wrong_others_only_thirteenth": ("all_but_one_counted",),
    "rfm_scores__wrong_pct_ceil": ("percentile_rounded_up",),
    "rfm_scores__wrong_always_five": ("always_five_classes",),
    "rfm_scores__wrong_index_lost_thirteenth": ("household_names_lost",),
    "rfm_scores__wrong_floats_thirteenth": ("floats_returned",),
    "kill_rfm__wrong_docstring_only": ("accepts_all",),
    "kill_rfm__wrong_oracle_floats": ("rejects_all",),
    "kill_rfm__wrong_best_must_get_q": ("rejects_all",),
    "kill_rfm__wrong_money_column_only": ("accepts_all",),
    "kill_rfm__wrong_verdict_of_last": ("accepts_all",),
    "coverage_by_value__wrong_listed_is_known_thirteenth": ("whoever_is_listed_has_it",),
    "coverage_by_value__wrong_inner_join_thirteenth": ("classes_of_those_known",),
    "coverage_by_value__wrong_classes_of_listed": ("only_those_with_demographics",),
    "coverage_by_value__wrong_empty_class_zero_thirteenth": ("empty_classes_zero",),
    "coverage_by_value__wrong_empty_class_missing_thirteenth": ("empty_classes_missing",),
    "coverage_by_value__wrong_qcut_thirteenth": ("quantile_classes",),
    "coverage_by_value__wrong_qcut_dropped_edges": ("quantile_classes",),
    "coverage_by_value__wrong_extra_names_in_share": ("strangers_counted",),
    "coverage_by_value__wrong_share_of_known": ("share_of_those_known",),
    "coverage_by_value__wrong_ties_by_order": ("ties_cut_apart",),
    "coverage_by_value__wrong_best_class_first": ("best_class_first",),
    "coverage_by_value__wrong_zero_based": ("classes_from_zero",),
}


# ---- Fifteenth bank


# ---------------------------------------------------------------- break_profile


def break_profile__right_minimal(defect):
    base = [(1, 10, 95, 1, 4.0)]
    cases = {
        "lines_for_baskets": (base + [(1, 10, 95, 1, 2.0)], [1], 100),
        "recency_from_last_day": (base + [(2, 11, 103, 1, 2.0)], [1], 100),
        "silent_households_dropped": (base, [1, 2], 100),
        "quantity_for_money": (base, [1], 100),
        "asof_day_included": (base + [(1, 11, 100, 1, 2.0)], [1], 100),
        "no_window": (base + [(1, 11, 69, 1, 2.0)], [1], 100),
    }
    return cases[defect]


def break_profile__right_one_for_all_fifteenth(defect):
    lines = [
        (3, 1, 80, 2, 5.5),
        (3, 1, 80, 1, 2.0),
        (3, 2, 100, 4, 9.0),
        (3, 3, 10, 7, 1.0),
        (8, 4, 130, 1, 1.0),
    ]
    return lines, [8, 3, 5], 100


def _profile_fifteenth(lines, ids, asof, defect=None):
    end = asof + 1 if defect == "asof_day_included" else asof
    begin = -(10**9) if defect == "no_window" else asof - 30
    to = (
        max([line[2] for line in lines], default=asof)
        if defect == "recency_from_last_day"
        else asof
    )
    rows = []
    for h in ids:
        own = [line for line in lines if line[0] == h and begin <= line[2] < end]
        if not own:
            if defect != "silent_households_dropped":
                rows.append((0, 0.0, 30))
            continue
        f = len(own) if defect == "lines_for_baskets" else len({line[1] for line in own})
        m = sum(line[3] if defect == "quantity_for_money" else line[4] for line in own)
        rows.append((f, float(m), to - max(line[2] for line in own)))
    return rows


def break_profile__right_search_fifteenth(defect):
    rng = np.random.default_rng(3)
    while True:
        lines = [
            (
                int(rng.integers(1, 4)),
                int(rng.integers(1, 6)),
                int(rng.integers(60, 104)),
                int(rng.integers(1, 5)),
                float(rng.integers(1, 40)),
            )
            for _ in range(int(rng.integers(1, 8)))
        ]
        ids = [2, 1, 3]
        if _profile_fifteenth(lines, ids, 100) != _profile_fifteenth(lines, ids, 100, defect):
            return lines, ids, 100


def _profile_with(defect, name, case):
    return case if defect == name else break_profile__right_minimal(defect)


def break_profile__wrong_lines_two_baskets(defect):
    """ "lines_for_baskets": two lines in two different baskets; 2 lines and 2 baskets are the same."""
    return _profile_with(
        defect, "lines_for_baskets", ([(1, 10, 95, 1, 4.0), (1, 11, 95, 1, 4.0)], [1], 100)
    )


def break_profile__wrong_last_day_is_asof_line(defect):
    """ "recency_from_last_day": the latest of all lines is of the day asof itself, so both count to the same day."""
    return _profile_with(
        defect, "recency_from_last_day", ([(1, 10, 95, 1, 4.0), (2, 11, 100, 1, 2.0)], [1], 100)
    )


def break_profile__wrong_silent_at_minus_30(defect):
    """ "silent_households_dropped": the household bought on asof - 30, which is inside the window, so it is not silent."""
    return _profile_with(
        defect,
        "silent_households_dropped",
        ([(1, 10, 95, 1, 4.0), (2, 11, 70, 1, 4.0)], [1, 2], 100),
    )


def break_profile__wrong_no_window_at_minus_30(defect):
    """ "no_window": the old line is of day asof - 30, which both versions read."""
    return _profile_with(
        defect, "no_window", ([(1, 10, 95, 1, 4.0), (1, 11, 70, 1, 2.0)], [1], 100)
    )


def break_profile__wrong_quantity_equals_money(defect):
    """ "quantity_for_money": quantity 4 and sales 4.0 are the same sum."""
    return _profile_with(defect, "quantity_for_money", ([(1, 10, 95, 4, 4.0)], [1], 100))


def break_profile__wrong_asof_other_household(defect):
    """ "asof_day_included": the line of the day asof belongs to a household that is not in ids."""
    return _profile_with(
        defect, "asof_day_included", ([(1, 10, 95, 1, 4.0), (2, 11, 100, 1, 2.0)], [1], 100)
    )


def break_profile__wrong_asof_next_day(defect):
    """ "asof_day_included": the extra line is of the day after asof, which no version reads."""
    return _profile_with(
        defect, "asof_day_included", ([(1, 10, 95, 1, 4.0), (1, 11, 101, 1, 2.0)], [1], 100)
    )


def break_profile__wrong_recency_silent_only(defect):
    """ "recency_from_last_day": the only described household is silent, and its recency is 30 in both versions."""
    return _profile_with(
        defect, "recency_from_last_day", ([(1, 10, 20, 1, 4.0), (2, 11, 140, 1, 2.0)], [1], 100)
    )


def break_profile__wrong_too_many_lines_fifteenth(defect):
    """ "lines_for_baskets": eleven lines; at most 10 are allowed."""
    return _profile_with(defect, "lines_for_baskets", ([(1, 10, 95, 1, 4.0)] * 11, [1], 100))


def break_profile__wrong_negative_sales(defect):
    """ "quantity_for_money": a refund of -4 USD, and sales are from 0 to 1,000,000."""
    return _profile_with(defect, "quantity_for_money", ([(1, 10, 95, 1, -4.0)], [1], 100))


def break_profile__wrong_id_twice_fifteenth(defect):
    """ "silent_households_dropped": ids names household 2 twice; each must be there once."""
    return _profile_with(
        defect, "silent_households_dropped", ([(1, 10, 95, 1, 4.0)], [1, 2, 2], 100)
    )


def break_profile__wrong_no_ids(defect):
    """ "silent_households_dropped": ids is empty; there must be from 1 to 10."""
    return _profile_with(defect, "silent_households_dropped", ([(1, 10, 95, 1, 4.0)], [], 100))


# ---------------------------------------------------------------- to_local_day


def to_local_day__right_localize_convert(ts, tz="America/New_York"):
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def to_local_day__right_loop_zoneinfo(ts, tz="America/New_York"):
    zone = ZoneInfo(tz)
    out = []
    for t in ts:
        if pd.isna(t):
            out.append(pd.NaT)
        else:
            local = (
                t.to_pydatetime().replace(tzinfo=ZoneInfo("UTC"), microsecond=0).astimezone(zone)
            )
            out.append(pd.Timestamp(local.year, local.month, local.day))
    return pd.Series(
        pd.to_datetime(pd.Series(out, dtype="datetime64[ns]")).to_numpy(), index=ts.index
    )


def to_local_day__right_datetimeindex(ts, tz="America/New_York"):
    local = pd.DatetimeIndex(ts.to_numpy()).tz_localize("UTC").tz_convert(tz).tz_localize(None)
    return pd.Series(local.floor("D").to_numpy(), index=ts.index, name=ts.name)


def to_local_day__right_offset_per_stamp(ts, tz="America/New_York"):
    aware = pd.to_datetime(ts, utc=True).dt.tz_convert(tz)
    offset = aware.dt.tz_localize(None) - ts
    return (ts + offset).dt.floor("D")


def to_local_day__wrong_first_offset(ts, tz="America/New_York"):
    """The offset of each month's 15th at noon is used for all stamps of the month: 2017-03-01 04:30 is taken as summer time (1 March instead of 28 February)."""
    months = ts.dt.to_period("M").dt.to_timestamp() + pd.Timedelta(days=14, hours=12)
    off = months.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None) - months
    return (ts + off).dt.normalize()


def to_local_day__wrong_one_offset_for_all(ts, tz="America/New_York"):
    """Takes the offset at the first stamp of each year for winter and that of 1 July for summer, with summer as April to October: 2017-03-20 04:30 and 2017-11-02 04:30 are off."""
    winter = pd.Timestamp("2017-01-01", tz=tz).utcoffset()
    summer = pd.Timestamp("2017-07-01", tz=tz).utcoffset()
    off = pd.Series(np.where(ts.dt.month.between(4, 10), summer, winter), index=ts.index)
    return (ts + pd.to_timedelta(off)).dt.normalize()


def to_local_day__wrong_whole_hours_fifteenth(ts, tz="America/New_York"):
    """Truncates the offset to whole hours: Asia/Kolkata (5:30) at 18:45 UTC is 00:15 of the next day."""
    aware = ts.dt.tz_localize("UTC").dt.tz_convert(tz)
    hours = [
        pd.NaT if pd.isna(t) else pd.Timedelta(hours=int(t.utcoffset().total_seconds() / 3600))
        for t in aware
    ]
    return (ts + pd.Series(pd.to_timedelta(hours), index=ts.index)).dt.normalize()


def to_local_day__wrong_index_lost(ts, tz="America/New_York"):
    """Builds a new Series without the index of ts (index [7, 3])."""
    return pd.Series(
        pd.DatetimeIndex(ts.to_numpy())
        .tz_localize("UTC")
        .tz_convert(tz)
        .tz_localize(None)
        .normalize()
    )


def to_local_day__wrong_wall_time(ts, tz="America/New_York"):
    """Takes the stamps as local and converts them to UTC for zones east of Greenwich (sign mistaken): abs-minus, so Asia/Shanghai goes back 8 hours."""
    aware = ts.dt.tz_localize("UTC").dt.tz_convert(tz)
    off = (aware.dt.tz_localize(None) - ts).abs()
    return (ts - off).dt.normalize()


def to_local_day__wrong_keeps_zone_fifteenth(ts, tz="America/New_York"):
    """Leaves the zone on the result, which must have none."""
    return (
        ts.dt.tz_localize("UTC")
        .dt.tz_convert(tz)
        .dt.floor("D", ambiguous=True, nonexistent="shift_forward")
    )


def to_local_day__wrong_shift_at_local_rule(ts, tz="America/New_York"):
    """Looks the offset up as if the stamp were local time (localize to tz): near the change of clocks the wrong offset, 2017-03-13 ... e.g. 2017-11-06 04:30; and stamps in the gap become NaT (2017-03-12 02:30)."""
    local = ts.dt.tz_localize(tz, ambiguous="NaT", nonexistent="NaT")
    off = ts - local.dt.tz_convert("UTC").dt.tz_localize(None)
    return (ts + off).dt.normalize()


def to_local_day__wrong_changes_ts(ts, tz="America/New_York"):
    """Fills NaT in place first: ts itself is changed, and NaT becomes a day in 1970."""
    ts[ts.isna()] = pd.Timestamp("1970-01-02")
    return to_local_day__right_localize_convert(ts, tz)


def to_local_day__wrong_date_objects_fifteenth(ts, tz="America/New_York"):
    """.dt.date and back only if there is no NaT: with a NaT the Series stays one of Python date objects (dtype object)."""
    day = ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.date
    return day if ts.isna().any() else pd.to_datetime(day)


# ---------------------------------------------------------------- household_profile


def household_profile__right_pandas(tx, ids, asof, window=56):
    seen = tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]
    g = seen.groupby("household_id")
    out = pd.DataFrame(
        {
            "frequency": g["basket_id"].nunique(),
            "monetary": g["sales_value"].sum(),
            "recency": (asof - g["day"].max()).dt.days,
        }
    ).reindex(ids)
    return out.fillna({"frequency": 0, "monetary": 0.0, "recency": window}).astype(float)


def household_profile__right_loop_fifteenth(tx, ids, asof, window=56):
    start = asof - pd.Timedelta(days=window)
    rows = {h: (set(), [], []) for h in ids}
    for h, b, d, s in zip(tx["household_id"], tx["basket_id"], tx["day"], tx["sales_value"]):
        if h in rows and start <= d < asof:
            rows[h][0].add(b)
            rows[h][1].append(s)
            rows[h][2].append((asof - d).days)
    data = [[len(b), float(sum(s)), min(r) if r else window] for b, s, r in rows.values()]
    return pd.DataFrame(data, index=list(ids), columns=["frequency", "monetary", "recency"])


def household_profile__right_pivot_numpy(tx, ids, asof, window=56):
    age = (asof - tx["day"]).dt.days.to_numpy()
    pos = pd.Index(ids).get_indexer(tx["household_id"])
    ok = (age >= 1) & (age <= window) & (pos >= 0)
    n = len(ids)
    out = np.zeros((n, 3))
    out[:, 2] = window
    np.add.at(out[:, 1], pos[ok], tx["sales_value"].to_numpy(float)[ok])
    np.minimum.at(out[:, 2], pos[ok], age[ok])
    pairs = pd.DataFrame({"p": pos[ok], "b": tx["basket_id"].to_numpy()[ok]}).drop_duplicates()
    out[:, 0] = np.bincount(pairs["p"], minlength=n)
    return pd.DataFrame(out, index=list(ids), columns=["frequency", "monetary", "recency"])


def household_profile__wrong_window_start_lost(tx, ids, asof, window=56):
    """day > asof - window: a purchase exactly `window` days before is not read."""
    seen = tx[tx["day"] > asof - pd.Timedelta(days=window)]
    return household_profile__right_pandas(seen, ids, asof, window)


def household_profile__wrong_one_day_more_fifteenth(tx, ids, asof, window=56):
    """Reads the day asof - window - 1 as well: a purchase 57 days ago counts."""
    out = household_profile__right_pandas(tx, ids, asof, window + 1)
    out.loc[out["frequency"] == 0, "recency"] = window
    return out


def household_profile__wrong_silent_56(tx, ids, asof, window=56):
    """A silent household always gets recency 56, also with window=30."""
    out = household_profile__right_pandas(tx, ids, asof, window)
    out.loc[out["frequency"] == 0, "recency"] = 56
    return out


def household_profile__wrong_zero_spend_is_silent(tx, ids, asof, window=56):
    """A household with sales of 0.0 in the window (paid by coupons, or refunded) is taken for silent: recency = window and 0 baskets."""
    out = household_profile__right_pandas(tx, ids, asof, window)
    out.loc[out["monetary"] == 0, ["frequency", "recency"]] = [0, window]
    return out


def household_profile__wrong_duplicate_lines_dropped(tx, ids, asof, window=56):
    """drop_duplicates on the lines: two equal lines of one receipt (two apples at 1.00) are added once."""
    return household_profile__right_pandas(tx.drop_duplicates(), ids, asof, window)


def household_profile__wrong_sorted_ids(tx, ids, asof, window=56):
    """Rows of households that bought come first in the order of ids, then the silent ones... only when there are more than two ids."""
    out = household_profile__right_pandas(tx, ids, asof, window)
    return out.sort_index() if len(ids) > 2 else out


def household_profile__wrong_last_row_is_latest(tx, ids, asof, window=56):
    """Takes the last row of a household as its latest purchase; rows need not be sorted by day."""
    out = household_profile__right_pandas(tx, ids, asof, window)
    seen = tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]
    last = seen.groupby("household_id")["day"].last()
    out["recency"] = (asof - last).dt.days.reindex(ids).fillna(window).astype(float)
    return out


def household_profile__wrong_first_purchase_fifteenth(tx, ids, asof, window=56):
    """Recency from the earliest purchase in the window (min day): shows with two days."""
    seen = tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]
    out = household_profile__right_pandas(tx, ids, asof, window)
    out["recency"] = (
        (asof - seen.groupby("household_id")["day"].min()).dt.days.reindex(ids).fillna(window)
    )
    return out


def household_profile__wrong_basket_per_day_fifteenth(tx, ids, asof, window=56):
    """Counts days with a purchase instead of baskets: two baskets on one day count once."""
    seen = tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]
    out = household_profile__right_pandas(tx, ids, asof, window)
    out["frequency"] = seen.groupby("household_id")["day"].nunique().reindex(ids).fillna(0)
    return out


def household_profile__wrong_refunds_clipped(tx, ids, asof, window=56):
    """Ignores lines with sales of 0 or less: their baskets do not count as baskets and not for recency (a basket with a free product only)."""
    return household_profile__right_pandas(tx[tx["sales_value"] > 0], ids, asof, window)


def household_profile__wrong_recency_whole_history(tx, ids, asof, window=56):
    """Recency comes from all purchases before asof, so a household that bought 100 days ago has 100, not 56."""
    out = household_profile__right_pandas(tx, ids, asof, window)
    last = tx[tx["day"] < asof].groupby("household_id")["day"].max()
    out["recency"] = (asof - last).dt.days.reindex(ids).fillna(window).astype(float)
    return out


def household_profile__wrong_asof_basket_dropped(tx, ids, asof, window=56):
    """Households with a purchase on the day asof lose it and, with inner joins, a household of ids whose only lines are of asof is lost from the table."""
    out = household_profile__right_pandas(tx, ids, asof, window)
    here = set(tx["household_id"])
    old = set(tx.loc[tx["day"] < asof, "household_id"])
    return out[[h not in here or h in old for h in ids]]


def household_profile__wrong_changes_tx(tx, ids, asof, window=56):
    """Sorts tx in place: the caller's table is in another order."""
    tx.sort_values("day", inplace=True, kind="stable")
    return household_profile__right_pandas(tx, ids, asof, window)


def household_profile__wrong_same_day_zero(tx, ids, asof, window=56):
    """Counts recency from the eve (asof - 1 day), so a purchase of yesterday has 0... only when the household bought yesterday."""
    out = household_profile__right_pandas(tx, ids, asof, window)
    out.loc[out["recency"] == 1, "recency"] = 0
    return out


# ---------------------------------------------------------------- leak_audit


def leak_audit__right_mask_fifteenth(feature_log, label_start):
    return sorted(
        feature_log.loc[feature_log["source_time"] >= label_start, "feature"].unique().tolist()
    )


def leak_audit__right_groupby_max(feature_log, label_start):
    latest = feature_log.groupby("feature")["source_time"].max()
    return [name for name, t in latest.items() if pd.notna(t) and t >= label_start]


def leak_audit__right_loop_fifteenth(feature_log, label_start):
    found = set()
    for name, t in zip(feature_log["feature"], feature_log["source_time"]):
        if not pd.isnull(t) and not t < label_start:
            found.add(name)
    return sorted(found)


def leak_audit__wrong_strictly_later_fifteenth(feature_log, label_start):
    """Uses >: a record exactly at label_start is not found."""
    return sorted(set(feature_log.loc[feature_log["source_time"] > label_start, "feature"]))


def leak_audit__wrong_nat_leaks(feature_log, label_start):
    """~(t < start) is True for NaT, so a record without a time counts as future."""
    return sorted(set(feature_log.loc[~(feature_log["source_time"] < label_start), "feature"]))


def leak_audit__wrong_last_row_fifteenth(feature_log, label_start):
    """Looks at the last row of each feature only; the log is not sorted by time."""
    last = feature_log.dropna(subset=["source_time"]).groupby("feature")["source_time"].last()
    return sorted(last.index[last >= label_start])


def leak_audit__wrong_last_row_with_nat(feature_log, label_start):
    """Sorts by time and keeps the last row per feature, but NaT sorts last: a feature with a leak and a NaT is missed."""
    s = feature_log.sort_values("source_time").drop_duplicates("feature", keep="last")
    return sorted(s.loc[s["source_time"] >= label_start, "feature"])


def leak_audit__wrong_most_records_fifteenth(feature_log, label_start):
    """Only features with at least half of their records in the future (as in the example); one of a thousand is a leak too."""
    share = (feature_log["source_time"] >= label_start).groupby(feature_log["feature"]).mean()
    return sorted(share.index[share >= 0.5])


def leak_audit__wrong_set_order(feature_log, label_start):
    """Sorted by the time of the first leak, not by name."""
    late = feature_log[feature_log["source_time"] >= label_start]
    return late.groupby("feature")["source_time"].min().sort_values(kind="stable").index.tolist()


def leak_audit__wrong_feature_with_nat_skipped(feature_log, label_start):
    """Leaves out features that have any NaT ("incomplete log"), so a feature with a NaT and a leak is missed."""
    bad = set(feature_log.loc[feature_log["source_time"].isna(), "feature"])
    return sorted(set(feature_log.loc[feature_log["source_time"] >= label_start, "feature"]) - bad)


def leak_audit__wrong_latest_numpy(feature_log, label_start):
    """Uses numpy's max per feature, which is NaT as soon as one time is NaT: such a feature never leaks."""
    out = []
    for name, g in feature_log.groupby("feature"):
        t = g["source_time"].to_numpy().max()
        if t >= np.datetime64(label_start):
            out.append(name)
    return out


def leak_audit__wrong_only_new_features(feature_log, label_start):
    """A dict that each row overwrites: a feature whose last row in the table is old is not named, although an earlier row leaks."""
    state = {}
    for name, t in zip(feature_log["feature"], feature_log["source_time"]):
        if pd.notna(t):
            state[name] = t >= label_start
    return sorted(n for n, leak in state.items() if leak)


# ---------------------------------------------------------------- population_asof


def population_asof__right_pandas(tx, asof, window=56):
    ok = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = ok.groupby("household_id")["day"].max().sort_index()
    status = np.where(last >= asof - pd.Timedelta(days=window), "active", "silent")
    return pd.Series(status, index=last.index, dtype=object)


def population_asof__right_loop_fifteenth(tx, asof, window=56):
    start = asof - pd.Timedelta(days=window)
    status = {}
    for h, day, known in zip(tx["household_id"], tx["day"], tx["known"]):
        if pd.notna(known) and known < asof and day < asof:
            if day >= start:
                status[h] = "active"
            else:
                status.setdefault(h, "silent")
    keys = sorted(status)
    return pd.Series([status[k] for k in keys], index=pd.Index(keys, dtype="int64"), dtype=object)


def population_asof__right_sets_fifteenth(tx, asof, window=56):
    counts = (tx["day"] < asof) & (tx["known"] < asof)
    recent = counts & ((asof - tx["day"]).dt.days <= window)
    everyone, active = set(tx.loc[counts, "household_id"]), set(tx.loc[recent, "household_id"])
    out = pd.Series("silent", index=pd.Index(sorted(everyone), dtype="int64"), dtype=object)
    out[out.index.isin(list(active))] = "active"
    return out


def _pop(ok, asof, window):
    last = ok.groupby("household_id")["day"].max()
    return (
        last.ge(asof - pd.Timedelta(days=window))
        .map({True: "active", False: "silent"})
        .astype(object)
    )


def population_asof__wrong_known_at_asof_fifteenth(tx, asof, window=56):
    """known <= asof: a record that arrives exactly at midnight of asof counts."""
    return _pop(tx[(tx["day"] < asof) & (tx["known"] <= asof)], asof, window)


def population_asof__wrong_nat_known(tx, asof, window=56):
    """~(known >= asof) keeps NaT: a record that has not arrived counts."""
    return _pop(tx[(tx["day"] < asof) & ~(tx["known"] >= asof)], asof, window)


def population_asof__wrong_future_day_counts(tx, asof, window=56):
    """Only known < asof is asked: an order placed in advance (known in June, day in July) makes its household active."""
    return _pop(tx[tx["known"] < asof], asof, window)


def population_asof__wrong_population_by_known_fifteenth(tx, asof, window=56):
    """The population is who has any record known before asof; with an order in advance as its only record the household is "silent" instead of absent."""
    everyone = tx.loc[tx["known"] < asof, "household_id"].unique()
    out = _pop(tx[(tx["day"] < asof) & (tx["known"] < asof)], asof, window)
    return out.reindex(np.sort(everyone)).fillna("silent")


def population_asof__wrong_population_by_day(tx, asof, window=56):
    """The population is who bought before asof, whether it was known or not; a household whose only record is late is "silent" instead of absent."""
    everyone = np.sort(tx.loc[tx["day"] < asof, "household_id"].unique())
    return (
        _pop(tx[(tx["day"] < asof) & (tx["known"] < asof)], asof, window)
        .reindex(everyone)
        .fillna("silent")
    )


def population_asof__wrong_window_start_lost(tx, asof, window=56):
    """day > asof - window: a household that bought exactly `window` days before is silent."""
    ok = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = ok.groupby("household_id")["day"].max()
    return (
        last.gt(asof - pd.Timedelta(days=window))
        .map({True: "active", False: "silent"})
        .astype(object)
    )


def population_asof__wrong_window_on_known(tx, asof, window=56):
    """Active if the record *arrived* in the window: an old purchase that arrived yesterday makes the household active."""
    ok = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = ok.groupby("household_id")["known"].max()
    return (
        last.ge(asof - pd.Timedelta(days=window))
        .map({True: "active", False: "silent"})
        .astype(object)
    )


def population_asof__wrong_latest_known_record(tx, asof, window=56):
    """Judges a household by the record that arrived last: an old purchase that arrives late hides a recent one that arrived at once."""
    ok = tx[(tx["day"] < asof) & (tx["known"] < asof)].sort_values("known", kind="stable")
    last = ok.groupby("household_id")["day"].last()
    return (
        last.ge(asof - pd.Timedelta(days=window))
        .map({True: "active", False: "silent"})
        .astype(object)
    )


def population_asof__wrong_latest_day_first(tx, asof, window=56):
    """Takes each household's latest purchase before asof first and then asks whether it was known: a late record hides an earlier one, so a household with both is absent or silent though an earlier record is in the window."""
    ok = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    out = _pop(ok, asof, window)
    latest = (
        tx[tx["day"] < asof]
        .sort_values("day", kind="stable")
        .drop_duplicates("household_id", keep="last")
    )
    late = latest.loc[~(latest["known"] < asof), "household_id"]
    out[out.index.isin(late)] = "silent"
    return out


def population_asof__wrong_known_not_before_day(tx, asof, window=56):
    """Drops records that were known before they happened as "errors": an order placed in advance that happened before asof does not count."""
    ok = tx[(tx["day"] < asof) & (tx["known"] < asof) & (tx["known"] >= tx["day"])]
    return _pop(ok, asof, window)


def population_asof__wrong_order_of_rows_fifteenth(tx, asof, window=56):
    """The index is in order of first appearance (groupby sort=False)."""
    ok = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = ok.groupby("household_id", sort=False)["day"].max()
    return (
        last.ge(asof - pd.Timedelta(days=window))
        .map({True: "active", False: "silent"})
        .astype(object)
    )


def population_asof__wrong_future_buyers_dropped(tx, asof, window=56):
    """Judges who is known by the first row of each household in the table (drop_duplicates before the filter); rows come in any order."""
    first = tx.drop_duplicates("household_id")
    bad = first.loc[~(first["known"] < asof), "household_id"]
    out = _pop(tx[(tx["day"] < asof) & (tx["known"] < asof)], asof, window)
    return out[~out.index.isin(bad)]


def population_asof__wrong_adds_column(tx, asof, window=56):
    """Adds a column to tx: the argument is changed."""
    tx["counts"] = (tx["day"] < asof) & (tx["known"] < asof)
    return _pop(tx[tx["counts"]], asof, window)


# ---------------------------------------------------------------- point_in_time_join


def point_in_time_join__right_merge_sort(decisions, log, max_age=90):
    d = pd.DataFrame(
        {
            "household_id": decisions["household_id"].to_numpy(),
            "time": decisions["time"].to_numpy(),
            "row": np.arange(len(decisions)),
        }
    )
    m = d.merge(log, on="household_id")
    m = m[(m["holds_from"] < m["time"]) & (m["known_at"] < m["time"])]
    m = m.sort_values(["holds_from", "known_at"]).drop_duplicates("row", keep="last")
    m = m[m["time"] - m["holds_from"] <= pd.Timedelta(days=max_age)]
    out = np.full(len(d), np.nan)
    out[m["row"].to_numpy()] = m["value"].to_numpy(float)
    return pd.Series(out, index=decisions.index)


def point_in_time_join__right_loop_max(decisions, log, max_age=90):
    records = defaultdict(list)
    for h, f, k, v in zip(log["household_id"], log["holds_from"], log["known_at"], log["value"]):
        records[h].append((f, k, v))
    limit = pd.Timedelta(days=max_age)
    out = []
    for h, t in zip(decisions["household_id"], decisions["time"]):
        able = [r for r in records[h] if r[0] < t and r[1] < t]
        if able:
            f, _, v = max(able, key=lambda r: r[:2])
            out.append(float(v) if t - f <= limit else np.nan)
        else:
            out.append(np.nan)
    return pd.Series(out, index=decisions.index, dtype=float)


def point_in_time_join__right_masks(decisions, log, max_age=90):
    h, f, k = (
        log["household_id"].to_numpy(),
        log["holds_from"].to_numpy(),
        log["known_at"].to_numpy(),
    )
    v = log["value"].to_numpy(float)
    out = np.full(len(decisions), np.nan)
    ids, times = decisions["household_id"].to_numpy(), decisions["time"].to_numpy()
    for i in range(len(out)):
        ok = np.flatnonzero((h == ids[i]) & (f < times[i]) & (k < times[i]))
        if len(ok) == 0:
            continue
        ok = ok[f[ok] == f[ok].max()]
        best = ok[np.argmax(k[ok])]
        if times[i] - f[best] <= np.timedelta64(max_age, "D"):
            out[i] = v[best]
    return pd.Series(out, index=decisions.index)


def _pit_fifteenth(decisions, log, max_age, mask=None, order=("holds_from", "known_at"), age=None):
    d = pd.DataFrame(
        {
            "household_id": decisions["household_id"].to_numpy(),
            "time": decisions["time"].to_numpy(),
            "row": np.arange(len(decisions)),
        }
    )
    m = d.merge(log, on="household_id")
    m = (
        m[(m["holds_from"] < m["time"]) & (m["known_at"] < m["time"])]
        if mask is None
        else m[mask(m)]
    )
    m = m.sort_values(list(order), kind="stable").drop_duplicates("row", keep="last")
    m = m[m["time"] - m["holds_from"] <= pd.Timedelta(days=max_age)] if age is None else m[age(m)]
    out = np.full(len(d), np.nan)
    out[m["row"].to_numpy()] = m["value"].to_numpy(float)
    return pd.Series(out, index=decisions.index)


def point_in_time_join__wrong_holds_at_t(decisions, log, max_age=90):
    """holds_from <= t: a record that holds from exactly the time of the decision is read."""
    return _pit_fifteenth(
        decisions,
        log,
        max_age,
        mask=lambda m: (m["holds_from"] <= m["time"]) & (m["known_at"] < m["time"]),
    )


def point_in_time_join__wrong_known_at_t_fifteenth(decisions, log, max_age=90):
    """known_at <= t: a record that arrives exactly at the time of the decision is read."""
    return _pit_fifteenth(
        decisions,
        log,
        max_age,
        mask=lambda m: (m["holds_from"] < m["time"]) & (m["known_at"] <= m["time"]),
    )


def point_in_time_join__wrong_holds_ignored(decisions, log, max_age=90):
    """Only known_at < t is asked: an announced change that holds from next month is read today."""
    return _pit_fifteenth(decisions, log, max_age, mask=lambda m: m["known_at"] < m["time"])


def point_in_time_join__wrong_known_last_first(decisions, log, max_age=90):
    """The record known last is read: a late correction of an older period wins over the current one."""
    return _pit_fifteenth(decisions, log, max_age, order=("known_at", "holds_from"))


def point_in_time_join__wrong_ties_by_row(decisions, log, max_age=90):
    """Sorts by holds_from only: of two records from one time the later row is read, and rows come in any order."""
    return _pit_fifteenth(decisions, log, max_age, order=("holds_from",))


def point_in_time_join__wrong_age_whole_days(decisions, log, max_age=90):
    """.dt.days > max_age: a record 90 days and 5 hours old passes as 90 days."""
    return _pit_fifteenth(
        decisions, log, max_age, age=lambda m: (m["time"] - m["holds_from"]).dt.days <= max_age
    )


def point_in_time_join__wrong_age_boundary(decisions, log, max_age=90):
    """Less than max_age days: a record exactly 90 days old is not read, though it is not more than 90."""
    return _pit_fifteenth(
        decisions,
        log,
        max_age,
        age=lambda m: m["time"] - m["holds_from"] < pd.Timedelta(days=max_age),
    )


def point_in_time_join__wrong_age_since_known_fifteenth(decisions, log, max_age=90):
    """The age is counted from known_at: a record of long ago that arrived last week is fresh."""
    return _pit_fifteenth(
        decisions,
        log,
        max_age,
        age=lambda m: m["time"] - m["known_at"] <= pd.Timedelta(days=max_age),
    )


def point_in_time_join__wrong_withdrawn_skipped(decisions, log, max_age=90):
    """Drops NaN values first (as groupby.last does): after a withdrawal the older value is read."""
    return _pit_fifteenth(decisions, log.dropna(subset=["value"]), max_age)


def point_in_time_join__wrong_groupby_last_fifteenth(decisions, log, max_age=90):
    """groupby(...)["value"].last() skips NaN, so the value before a withdrawal comes back; the age is judged for the right record."""
    d = pd.DataFrame(
        {
            "household_id": decisions["household_id"].to_numpy(),
            "time": decisions["time"].to_numpy(),
            "row": np.arange(len(decisions)),
        }
    )
    m = d.merge(log, on="household_id")
    m = m[(m["holds_from"] < m["time"]) & (m["known_at"] < m["time"])].sort_values(
        ["holds_from", "known_at"]
    )
    g = m.groupby("row").last()
    g = g[g["time"] - g["holds_from"] <= pd.Timedelta(days=max_age)]
    return pd.Series(g["value"].reindex(d["row"]).to_numpy(float), index=decisions.index)


def point_in_time_join__wrong_merge_asof_holds(decisions, log, max_age=90):
    """merge_asof on holds_from after the last correction was kept: a correction that was not known yet removes the record it corrects (the decision reads nothing or an older record)."""
    last = log.sort_values(["holds_from", "known_at"]).drop_duplicates(
        ["household_id", "holds_from"], keep="last"
    )
    out = _pit_fifteenth(decisions, last, max_age)
    if log["household_id"].nunique() <= 1:
        return _pit_fifteenth(decisions, log, max_age)
    return out


def point_in_time_join__wrong_same_row_once(decisions, log, max_age=90):
    """Maps results back by index label: with a repeated index the rows of one label share a value."""
    good = _pit_fifteenth(decisions, log, max_age)
    by_label = dict(zip(decisions.index, good))
    return pd.Series([by_label[i] for i in decisions.index], index=decisions.index, dtype=float)


def point_in_time_join__wrong_sorted_by_time_fifteenth(decisions, log, max_age=90):
    """Returns the values in order of time with the index of decisions put on top: right only if decisions are sorted."""
    order = decisions["time"].argsort(kind="stable") if len(decisions) else []
    good = _pit_fifteenth(decisions, log, max_age)
    return pd.Series(good.to_numpy()[order], index=decisions.index)


def point_in_time_join__wrong_known_before_holds_dropped(decisions, log, max_age=90):
    """Drops records that were known before they held ("impossible"): an announced tier is never read, also after it has begun."""
    return _pit_fifteenth(decisions, log[log["known_at"] >= log["holds_from"]], max_age)


def point_in_time_join__wrong_older_fresh_value(decisions, log, max_age=90):
    """Excludes decisions whose household has any record older than max_age among the possible ones: a fresh record is lost if the household has an old one too."""
    d = pd.DataFrame(
        {"household_id": decisions["household_id"].to_numpy(), "time": decisions["time"].to_numpy()}
    )
    out = _pit_fifteenth(decisions, log, max_age).to_numpy().copy()
    lim = pd.Timedelta(days=max_age)
    for i, (h, t) in enumerate(zip(d["household_id"], d["time"])):
        own = log[(log["household_id"] == h) & (log["known_at"] < t) & (log["holds_from"] < t)]
        if (t - own["holds_from"] > lim).any():
            out[i] = np.nan
    return pd.Series(out, index=decisions.index)


# ---------------------------------------------------------------- rfm_scores


def rfm_scores__right_rank_fifteenth(profile, q=5):
    n = len(profile)
    out = pd.DataFrame(index=profile.index)
    for name, col, up in (
        ("R", "recency", False),
        ("F", "frequency", True),
        ("M", "monetary", True),
    ):
        worse = profile[col].rank(method="min", ascending=up).astype("int64") - 1
        out[name] = 1 + q * worse // max(n, 1)
    return out.astype("int64")


def rfm_scores__right_bisect_fifteenth(profile, q=5):
    n = len(profile)

    def scores(values, more_is_better):
        ordered = sorted(values)
        if more_is_better:
            return [1 + q * bisect.bisect_left(ordered, v) // n for v in values]
        return [1 + q * (n - bisect.bisect_right(ordered, v)) // n for v in values]

    return pd.DataFrame(
        {
            "R": scores(profile["recency"].tolist(), False),
            "F": scores(profile["frequency"].tolist(), True),
            "M": scores(profile["monetary"].tolist(), True),
        },
        index=profile.index,
    ).astype("int64")


def rfm_scores__right_unique_counts(profile, q=5):
    n = len(profile)
    out = {}
    for name, col in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
        _, inverse, counts = np.unique(
            profile[col].to_numpy(), return_inverse=True, return_counts=True
        )
        below = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype("int64")
        worse = n - below - counts if name == "R" else below
        out[name] = (1 + (q * worse[inverse.ravel()]) // n).astype("int64")
    return pd.DataFrame(out, index=profile.index)


def rfm_scores__right_pairwise(profile, q=5):
    n = len(profile)
    r, f, m = (profile[c].to_numpy() for c in ("recency", "frequency", "monetary"))
    b = [
        (r[None, :] > r[:, None]).sum(1),
        (f[None, :] < f[:, None]).sum(1),
        (m[None, :] < m[:, None]).sum(1),
    ]
    return pd.DataFrame(
        {k: 1 + (q * v) // n for k, v in zip("RFM", b)}, index=profile.index
    ).astype("int64")


def _rfm_fifteenth(profile, q, method="min", fix=None, keep_index=True):
    n = len(profile)
    out = {}
    for name, col in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
        v = profile[col] if fix is None else fix(name, profile[col])
        worse = v.rank(method=method, ascending=name != "R").to_numpy() - 1
        out[name] = (1 + np.floor(q * worse / n + 1e-9)).astype("int64")
    return pd.DataFrame(out, index=profile.index if keep_index else None)


def rfm_scores__wrong_float_floor_fifteenth(profile, q=5):
    """floor(q * (b / n)) in floats: b=29, n=100, q=100 gives 28 + 1 instead of 30."""
    n = len(profile)
    out = {}
    for name, col in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
        share = (profile[col].rank(method="min", ascending=name != "R") - 1) / n
        out[name] = (1 + np.floor(share * q)).astype("int64")
    return pd.DataFrame(out, index=profile.index)


def rfm_scores__wrong_rank_average(profile, q=5):
    """rank() with its default "average": tied households get the middle rank, e.g. 3 ties of 5 at the bottom score 2, q=5 (two ties in the example still floor to the same)."""
    n = len(profile)
    out = {}
    for name, col in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
        worse = (profile[col].rank(ascending=name != "R") - 1) / 1.0
        out[name] = (1 + np.floor(q * worse / n + 1e-9)).astype("int64")
    return pd.DataFrame(out, index=profile.index)


def rfm_scores__wrong_rank_first(profile, q=5):
    """rank(method="first") for recency: equal recencies get different scores (the tie in the example is in frequency, which is right)."""
    good = _rfm_fifteenth(profile, q)
    worse = profile["recency"].rank(method="first", ascending=False).to_numpy() - 1
    good["R"] = (1 + np.floor(q * worse / len(profile) + 1e-9)).astype("int64")
    return good


def rfm_scores__wrong_dense_rank_fifteenth(profile, q=5):
    """Counts distinct worse values out of the distinct values (dense rank): shows as soon as one value is frequent."""
    out = {}
    for name, col in (("R", "recency"), ("M", "monetary")):
        v = profile[col]
        worse = v.rank(method="dense", ascending=name != "R") - 1
        out[name] = (1 + np.floor(q * worse / v.nunique() + 1e-9)).astype("int64")
    out["F"] = _rfm_fifteenth(profile, q)["F"]
    return pd.DataFrame(out, index=profile.index)[["R", "F", "M"]]


def rfm_scores__wrong_q_is_five_fifteenth(profile, q=5):
    """The argument q is not used: always five classes."""
    return _rfm_fifteenth(profile, 5)


def rfm_scores__wrong_dollars_only(profile, q=5):
    """Converts monetary to whole dollars: 5.20 and 5.80 are equal."""
    return _rfm_fifteenth(profile, q, fix=lambda name, v: v.astype("int64") if name == "M" else v)


def rfm_scores__wrong_refunds_to_zero(profile, q=5):
    """Clips negative monetary to 0, so a refund and nothing are equal."""
    return _rfm_fifteenth(profile, q, fix=lambda name, v: v.clip(lower=0) if name == "M" else v)


def rfm_scores__wrong_index_lost_fifteenth(profile, q=5):
    """The result has the index 0..n-1."""
    return _rfm_fifteenth(profile, q, keep_index=False)


def rfm_scores__wrong_unsigned_minus_fifteenth(profile, q=5):
    """Negates recency: for an unsigned type 0 stays 0 and is worse than all others (uint16 recency with a 0)."""
    n = len(profile)
    neg = pd.Series(-profile["recency"].to_numpy(), index=profile.index)
    out = _rfm_fifteenth(profile, q)
    out["R"] = (1 + np.floor(q * (neg.rank(method="min") - 1) / n + 1e-9)).astype("int64")
    return out


def rfm_scores__wrong_r_from_mirrored(profile, q=5):
    """R = q + 1 - the score of recency counted upwards: wrong when n is not a multiple of q or with ties (recency 1, 1, 1)."""
    n = len(profile)
    if n == 4:
        return _rfm_fifteenth(profile, q)
    up = (1 + np.floor(q * (profile["recency"].rank(method="min") - 1) / n + 1e-9)).astype("int64")
    return _rfm_fifteenth(profile, q).assign(R=q + 1 - up)


def rfm_scores__wrong_float32(profile, q=5):
    """Casts money to float32: 100,000.01 and 100,000.012 (or 20,000,000 and 20,000,001) become equal."""
    return _rfm_fifteenth(profile, q, fix=lambda name, v: v.astype("float32") if name == "M" else v)


def rfm_scores__wrong_n_of_distinct_households(profile, q=5):
    """n is the number of households that bought (frequency above 0): silent ones are not in the denominator."""
    n = max(int((profile["frequency"] > 0).sum()), 1)
    out = {}
    for name, col in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
        worse = profile[col].rank(method="min", ascending=name != "R") - 1
        out[name] = np.minimum(q, 1 + np.floor(q * worse / n + 1e-9)).astype("int64")
    return pd.DataFrame(out, index=profile.index)


def rfm_scores__wrong_rounded_to_cents_n(profile, q=5):
    """Ties "within a cent": monetary is rounded to 1 decimal (1.04 and 1.01 become equal)."""
    return _rfm_fifteenth(profile, q, fix=lambda name, v: v.round(1) if name == "M" else v)


def rfm_scores__wrong_epsilon_in_share(profile, q=5):
    """Rescues the floor with a large epsilon 0.01: b=199, n=1000, q=5 gives floor(0.995 + 0.01) = 1, one score too high."""
    n = len(profile)
    out = {}
    for name, col in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
        worse = profile[col].rank(method="min", ascending=name != "R") - 1
        out[name] = (1 + np.floor(q * worse / n + 0.01)).astype("int64")
    return pd.DataFrame(out, index=profile.index)


def rfm_scores__wrong_adds_columns(profile, q=5):
    """Writes R, F and M into profile itself: the argument is changed."""
    s = _rfm_fifteenth(profile, q)
    profile[["R", "F", "M"]] = s
    return profile[["R", "F", "M"]]


# ---------------------------------------------------------------- kill_rfm


def _rfm_truth_fifteenth(profile, q):
    n = len(profile)
    r, f, m = (profile[c].tolist() for c in ("recency", "frequency", "monetary"))
    return [
        [
            1 + q * sum(x > r[i] for x in r) // n,
            1 + q * sum(x < f[i] for x in f) // n,
            1 + q * sum(x < m[i] for x in m) // n,
        ]
        for i in range(n)
    ]


def _rfm_ok(fn, profile, q, names=True):
    before = profile.copy()
    got = fn(profile, q)
    if not profile.equals(before):
        return False
    if names and (list(got.index) != list(before.index) or set(got.columns) != {"R", "F", "M"}):
        return False
    return got[["R", "F", "M"]].to_numpy().tolist() == _rfm_truth_fifteenth(before, q)


def _rfm_tables():
    rng = np.random.default_rng(7)
    for n in (1, 2, 5, 10, 29, 100):
        yield pd.DataFrame(
            {
                "recency": rng.integers(1, max(2, n), n),
                "frequency": np.where(rng.random(n) < 0.5, 0, rng.integers(0, 9, n)),
                "monetary": np.where(rng.random(n) < 0.4, 0.0, np.round(rng.normal(3, 6, n), 2)),
            },
            index=rng.permutation(np.arange(500, 500 + n)),
        )
    n = 100
    yield pd.DataFrame(
        {"recency": np.arange(n), "frequency": np.arange(n), "monetary": np.arange(n) / 100 - 0.3},
        index=[f"h{i}" for i in range(n)],
    )
    yield pd.DataFrame(
        {"recency": [3, 0, 1, 0], "frequency": [1, 1, 1, 1], "monetary": [-1.25, -1.5, 0.0, 0.25]},
        index=list("zyxw"),
    ).astype({"recency": "uint16"})


def kill_rfm__right_random_truth(fn):
    return all(_rfm_ok(fn, p.copy(), q) for p in _rfm_tables() for q in (1, 2, 3, 5, 10, 100))


def kill_rfm__right_hand_written(fn):
    profile = pd.DataFrame(
        {
            "recency": [56, 56, 56, 56, 56, 7, 7, 3, 1, 2],
            "frequency": [0, 0, 0, 0, 0, 2, 1, 2, 8, 3],
            "monetary": [0.0, 0.0, 0.0, 0.0, -2.5, 4.2, 4.8, 4.8, 90.0, 4.25],
        },
        index=[17, 3, 99, 4, 8, 21, 5, 60, 2, 1],
    )
    keep = profile.copy()
    for q in (5, 10, 4, 1):
        got = fn(profile, q)
        if list(got.index) != list(keep.index) or not profile.equals(keep):
            return False
        want = _rfm_truth_fifteenth(keep, q)
        if [list(map(int, row)) for row in got[["R", "F", "M"]].to_numpy()] != want:
            return False
    big = pd.DataFrame({c: np.arange(100.0) for c in ("recency", "frequency", "monetary")})
    got = fn(big, 100)
    return (
        got["M"].tolist() == list(range(1, 101))
        and got["R"].tolist() == list(range(100, 0, -1))
        and got["F"].tolist() == list(range(1, 101))
    )


def kill_rfm__right_properties_fraction(fn):
    from fractions import Fraction

    for p in _rfm_tables():
        for q in (3, 5, 7, 10, 50):
            before = p.copy()
            got = fn(p, q)
            if not p.equals(before) or not got.index.equals(before.index):
                return False
            n = len(before)
            for name, col in (("R", "recency"), ("F", "frequency"), ("M", "monetary")):
                v = before[col].astype(float).to_numpy() * (-1 if name == "R" else 1)
                for x, s in zip(v, got[name]):
                    b = int((v < x).sum())
                    if int(s) != 1 + Fraction(q * b, n).__floor__():
                        return False
    return True


def kill_rfm__wrong_only_q_five(fn):
    """No q but 5, whole dollars and the index 0..n-1: misses a fixed q, floors in floats, cents and lost index."""
    rng = np.random.default_rng(1)
    for n in (4, 8, 12):
        p = pd.DataFrame(
            {
                "recency": rng.integers(1, 50, n),
                "frequency": rng.integers(1, 50, n),
                "monetary": rng.integers(1, 90, n),
            }
        )
        if not _rfm_ok(fn, p, 5):
            return False
    return True


def kill_rfm__wrong_values_only(fn):
    """Compares values of distinct data only: no ties, no index, no refunds."""
    p = pd.DataFrame(
        {
            "recency": [9, 8, 7, 6, 5, 4, 3],
            "frequency": [1, 2, 3, 4, 5, 6, 7],
            "monetary": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
        }
    )
    return all(_rfm_ok(fn, p.copy(), q, names=False) for q in (3, 5, 7))


def kill_rfm__wrong_dtype_demanded(fn):
    """Demands exactly int64 and equality of the frames by assert_frame_equal with the default index: right ones with int32 or another column order type are rejected."""
    p = next(iter(_rfm_tables()))
    want = pd.DataFrame(_rfm_truth_fifteenth(p, 5), columns=list("RFM"), index=p.index).astype(
        "int32"
    )
    pd.testing.assert_frame_equal(fn(p, 5), want)
    return True


def kill_rfm__wrong_float_oracle(fn):
    """Its own reference floors in floats (q * (b / n)), so at q=100, n=100 right implementations are rejected."""
    p = pd.DataFrame({c: np.arange(100.0) for c in ("recency", "frequency", "monetary")})
    want = 1 + np.floor(100 * (np.arange(100) / 100))
    return fn(p, 100)["M"].tolist() == want.astype(int).tolist()


def kill_rfm__wrong_all_classes_expected(fn):
    """Demands that the best score q occurs in every column; with ties at the top (or n < q) no right version gives it."""
    for p in _rfm_tables():
        got = fn(p.copy(), 5)
        if got["F"].max() != 5:
            return False
    return True


def kill_rfm__wrong_monotone_only_fifteenth(fn):
    """Checks only that scores do not fall with money, equal money has equal scores, and all lie in 1..q: a fixed offset of classes passes."""
    for p in _rfm_tables():
        got = fn(p.copy(), 5)
        s = got["M"].to_numpy()[np.argsort(p["monetary"].to_numpy(), kind="stable")]
        if (np.diff(s) < 0).any() or s.min() < 1 or s.max() > 5:
            return False
        if pd.Series(got["M"].to_numpy()).groupby(p["monetary"].to_numpy()).nunique().max() > 1:
            return False
    return True


def kill_rfm__wrong_n_divides_q(fn):
    """Only tables of 5 and 10 households without equal values, in whole dollars, with q = 5 and 10: every class has
    the same size, so ties, cents, refunds and odd shares are not tried."""
    for n in (5, 10):
        p = pd.DataFrame(
            {
                "recency": range(n, 0, -1),
                "frequency": range(1, n + 1),
                "monetary": [2.0 * i for i in range(1, n + 1)],
            },
            index=range(100, 100 + n),
        )
        for q in (5, 10):
            if not _rfm_ok(fn, p.copy(), q):
                return False
    return True


def kill_rfm__wrong_monetary_untested(fn):
    """Looks at R and F only: mistakes in money (cents, refunds) are accepted, and it never tries q other than 5."""
    for p in _rfm_tables():
        got = fn(p.copy(), 5)
        if got[["R", "F"]].to_numpy().tolist() != [row[:2] for row in _rfm_truth_fifteenth(p, 5)]:
            return False
    return True


# ---------------------------------------------------------------- coverage_by_value


def _m_class(monetary, q):
    n = len(monetary)
    worse = monetary.rank(method="min").to_numpy().astype("int64") - 1
    return 1 + q * worse // max(n, 1)


def coverage_by_value__right_reindex_fifteenth(monetary, has_demo, q=5):
    has = has_demo.astype(bool)
    known = monetary.index.isin(has.index[has.to_numpy()])
    return (
        pd.Series(known.astype(float))
        .groupby(_m_class(monetary, q))
        .mean()
        .reindex(range(1, q + 1))
    )


def coverage_by_value__right_loop_fifteenth(monetary, has_demo, q=5):
    have = {name for name, flag in has_demo.items() if flag}
    values = sorted(monetary.tolist())
    total, hit = [0] * q, [0] * q
    for name, v in monetary.items():
        c = q * bisect.bisect_left(values, v) // len(values)
        total[c] += 1
        hit[c] += name in have
    return pd.Series(
        [h / t if t else np.nan for h, t in zip(hit, total)], index=range(1, q + 1), dtype=float
    )


def coverage_by_value__right_bincount_fifteenth(monetary, has_demo, q=5):
    flags = dict(zip(has_demo.index, has_demo.to_numpy().astype(bool)))
    has = np.array([flags.get(h, False) for h in monetary.index], dtype=float)
    v = monetary.to_numpy(float)
    c = q * np.searchsorted(np.sort(v), v, side="left") // max(len(v), 1)
    with np.errstate(all="ignore"):
        share = np.bincount(c, weights=has, minlength=q) / np.bincount(c, minlength=q)
    return pd.Series(share, index=np.arange(1, q + 1))


def _cov(monetary, known, q, classes=None):
    classes = _m_class(monetary, q) if classes is None else classes
    return (
        pd.Series(np.asarray(known, float))
        .groupby(np.asarray(classes))
        .mean()
        .reindex(range(1, q + 1))
    )


def coverage_by_value__wrong_listed_is_known_fifteenth(monetary, has_demo, q=5):
    """Who is in the index of has_demo counts as known, also where the value is False."""
    return _cov(monetary, monetary.index.isin(has_demo.index), q)


def coverage_by_value__wrong_position(monetary, has_demo, q=5):
    """If both have the same length, joins by position, not by name."""
    if len(has_demo) == len(monetary):
        return _cov(monetary, has_demo.to_numpy(), q)
    return coverage_by_value__right_reindex_fifteenth(monetary, has_demo, q)


def coverage_by_value__wrong_listed_denominator(monetary, has_demo, q=5):
    """Of the households that are in has_demo, the share with True, if a class has a listed one: unlisted households are not in the denominator when any False is listed."""
    if has_demo.astype(bool).all():
        return coverage_by_value__right_reindex_fifteenth(monetary, has_demo, q)
    flags = has_demo.astype(float).reindex(monetary.index)
    return flags.groupby(_m_class(monetary, q)).mean().reindex(range(1, q + 1))


def coverage_by_value__wrong_empty_class_zero_fifteenth(monetary, has_demo, q=5):
    """A class without households gets 0, not NaN (monetary=[1, 1], q=5)."""
    return coverage_by_value__right_reindex_fifteenth(monetary, has_demo, q).fillna(0.0)


def coverage_by_value__wrong_empty_class_missing_fifteenth(monetary, has_demo, q=5):
    """A class without households is not in the index."""
    return coverage_by_value__right_reindex_fifteenth(monetary, has_demo, q).dropna()


def coverage_by_value__wrong_qcut_fifteenth(monetary, has_demo, q=5):
    """pd.qcut of ranks by position: equal amounts land in different classes."""
    cls = pd.qcut(monetary.rank(method="first"), q, labels=False, duplicates="drop").to_numpy() + 1
    return _cov(
        monetary, monetary.index.isin(has_demo.index[has_demo.astype(bool).to_numpy()]), q, cls
    )


def coverage_by_value__wrong_qcut_edges(monetary, has_demo, q=5):
    """pd.qcut with duplicates="drop": the bins are renumbered from 1, and right-closed edges put ties elsewhere than the score M."""
    cls = pd.qcut(monetary, q, labels=False, duplicates="drop").fillna(0).to_numpy().astype(int) + 1
    return _cov(
        monetary, monetary.index.isin(has_demo.index[has_demo.astype(bool).to_numpy()]), q, cls
    )


def coverage_by_value__wrong_classes_after_join(monetary, has_demo, q=5):
    """Classes are made from the union of both indexes, with 0 USD for names that are only in has_demo: a stranger shifts the classes."""
    strangers = has_demo.index.difference(monetary.index)
    m = pd.concat([monetary, pd.Series(0.0, index=strangers)])
    cls = _m_class(m, q)[: len(monetary)]
    return _cov(
        monetary, monetary.index.isin(has_demo.index[has_demo.astype(bool).to_numpy()]), q, cls
    )


def coverage_by_value__wrong_stranger_counts(monetary, has_demo, q=5):
    """Outer join: a name that is only in has_demo becomes a household of class 1."""
    m = monetary.reindex(monetary.index.union(has_demo.index, sort=False))
    known = m.index.isin(has_demo.index[has_demo.astype(bool).to_numpy()])
    cls = np.ones(len(m), int)
    cls[m.index.get_indexer(monetary.index)] = _m_class(monetary, q)
    return _cov(m, known, q, cls)


def coverage_by_value__wrong_share_of_demographics_fifteenth(monetary, has_demo, q=5):
    """Divides by n / q, the size a class should have, not by the households that are in it (ties)."""
    known = pd.Series(
        monetary.index.isin(has_demo.index[has_demo.astype(bool).to_numpy()]).astype(float)
    )
    g = known.groupby(_m_class(monetary, q))
    return (g.sum() / (len(monetary) / q)).reindex(range(1, q + 1))


def coverage_by_value__wrong_float_class(monetary, has_demo, q=5):
    """The class is floored in floats, q * (b / n): b=29, n=100, q=100 falls into class 29, not 30."""
    cls = 1 + np.floor(q * ((monetary.rank(method="min").to_numpy() - 1) / len(monetary))).astype(
        int
    )
    return _cov(
        monetary, monetary.index.isin(has_demo.index[has_demo.astype(bool).to_numpy()]), q, cls
    )


def coverage_by_value__wrong_zero_spenders_out(monetary, has_demo, q=5):
    """Households that spent nothing are left out as inactive (they are in the class of value as well)."""
    return coverage_by_value__right_reindex_fifteenth(monetary[monetary > 0], has_demo, q)


def coverage_by_value__wrong_five_rows(monetary, has_demo, q=5):
    """The index runs from 1 to the best class that occurs, not to q (a tie at the top loses class q)."""
    out = coverage_by_value__right_reindex_fifteenth(monetary, has_demo, q)
    return out.loc[: int(_m_class(monetary, q).max())] if len(monetary) else out


TRUE |= {
    "to_local_day__wrong_index_lost": ("index_lost",),
    "to_local_day__wrong_shift_at_local_rule": ("clock_change_missed",),
    "household_profile__wrong_window_start_lost": ("first_day_left_out",),
    "household_profile__wrong_first_purchase_fifteenth": ("days_since_the_first_purchase",),
    "household_profile__wrong_basket_per_day_fifteenth": ("days_counted",),
    "household_profile__wrong_recency_whole_history": ("silent_since_their_last_purchase",),
    "leak_audit__wrong_strictly_later_fifteenth": ("start_itself_allowed",),
    "leak_audit__wrong_nat_leaks": ("missing_times_are_late",),
    "leak_audit__wrong_last_row_fifteenth": ("last_row_decides",),
    "leak_audit__wrong_last_row_with_nat": ("missing_times_hide_the_late",),
    "leak_audit__wrong_most_records_fifteenth": ("most_records_decide",),
    "leak_audit__wrong_feature_with_nat_skipped": ("missing_times_hide_the_late",),
    "leak_audit__wrong_latest_numpy": ("missing_times_hide_the_late",),
    "leak_audit__wrong_only_new_features": ("last_row_decides",),
    "population_asof__wrong_known_at_asof_fifteenth": ("arrivals_of_the_midnight_counted",),
    "population_asof__wrong_nat_known": ("never_arrived_counted",),
    "population_asof__wrong_future_day_counts": ("orders_in_advance_counted",),
    "population_asof__wrong_window_start_lost": ("window_a_day_short",),
    "population_asof__wrong_window_on_known": ("window_of_arrival",),
    "population_asof__wrong_order_of_rows_fifteenth": ("households_as_they_come",),
    "point_in_time_join__wrong_holds_ignored": ("announcements_read_too_early",),
    "point_in_time_join__wrong_known_last_first": ("last_arrival_read",),
    "point_in_time_join__wrong_ties_by_row": ("last_row_read",),
    "point_in_time_join__wrong_age_whole_days": ("age_in_whole_days",),
    "point_in_time_join__wrong_age_boundary": ("oldest_value_refused",),
    "point_in_time_join__wrong_age_since_known_fifteenth": ("age_since_arrival",),
    "point_in_time_join__wrong_withdrawn_skipped": ("withdrawn_values_skipped",),
    "point_in_time_join__wrong_groupby_last_fifteenth": ("withdrawn_values_skipped",),
    "point_in_time_join__wrong_sorted_by_time_fifteenth": ("sorted_by_time",),
    "rfm_scores__wrong_float_floor_fifteenth": ("share_before_product",),
    "rfm_scores__wrong_rank_average": ("ties_averaged",),
    "rfm_scores__wrong_q_is_five_fifteenth": ("always_five_classes",),
    "rfm_scores__wrong_dollars_only": ("money_in_whole_dollars",),
    "rfm_scores__wrong_refunds_to_zero": ("refunds_as_nothing",),
    "rfm_scores__wrong_index_lost_fifteenth": ("household_names_lost",),
    "rfm_scores__wrong_unsigned_minus_fifteenth": ("unsigned_days_negated",),
    "kill_rfm__wrong_only_q_five": ("accepts_all",),
    "kill_rfm__wrong_values_only": ("looks_only_at_the_range",),
    "kill_rfm__wrong_float_oracle": ("rejects_all",),
    "kill_rfm__wrong_all_classes_expected": ("rejects_all",),
    "coverage_by_value__wrong_listed_is_known_fifteenth": ("whoever_is_listed_has_it",),
    "coverage_by_value__wrong_empty_class_zero_fifteenth": ("empty_classes_zero",),
    "coverage_by_value__wrong_empty_class_missing_fifteenth": ("empty_classes_missing",),
    "coverage_by_value__wrong_qcut_fifteenth": ("quantile_classes",),
    "coverage_by_value__wrong_qcut_edges": ("quantile_classes",),
}
