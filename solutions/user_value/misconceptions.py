"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

# `<misconception>__<how>` is another form of the same mistake and has no text of its own.
from __future__ import annotations

import numpy as np
import pandas as pd

from solutions.user_value import reference

WINDOW = 30


# ---- break_profile --------------------------------------------------------------------------

# Each profile differs from the correct one by one decision, so that each is one mistake.


def _profile(defect, lines, ids, asof):
    inclusive = defect == "asof_day_included"
    past = [
        line
        for line in lines
        if (line[2] < asof or (inclusive and line[2] == asof))
        and (line[2] >= asof - WINDOW or defect == "no_window")
    ]
    # The flawed recency looks at every line, future ones too, as the candidate's table does.
    last_day = max((line[2] for line in lines), default=asof)
    today = last_day if defect == "recency_from_last_day" else asof
    rows = []
    for household in ids:
        mine = [line for line in past if line[0] == household]
        if not mine:
            if defect != "silent_households_dropped":
                rows.append((0, 0.0, WINDOW))
            continue
        baskets = [line[1] for line in mine]
        frequency = len(baskets) if defect == "lines_for_baskets" else len(set(baskets))
        column = 3 if defect == "quantity_for_money" else 4
        money = float(sum(line[column] for line in mine))
        rows.append((frequency, money, today - max(line[2] for line in mine)))
    return rows


def correct(lines, ids, asof):
    """The profile without a defect, by the same steps as the flawed ones."""
    return _profile(None, lines, ids, asof)


def lines_for_baskets(lines, ids, asof):
    """Lines were counted, not different baskets."""
    return _profile("lines_for_baskets", lines, ids, asof)


def recency_from_last_day(lines, ids, asof):
    """Days were counted to the last day in the data, which changes with each extract."""
    return _profile("recency_from_last_day", lines, ids, asof)


def silent_households_dropped(lines, ids, asof):
    """A household that bought nothing has no row, so no plan to win it back can include it."""
    return _profile("silent_households_dropped", lines, ids, asof)


def quantity_for_money(lines, ids, asof):
    """Quantities were added up. Fuel is counted in thousandths of a gallon."""
    return _profile("quantity_for_money", lines, ids, asof)


def asof_day_included(lines, ids, asof):
    """Lines of the day ``asof`` were read, although the table is made before that day begins."""
    return _profile("asof_day_included", lines, ids, asof)


def no_window(lines, ids, asof):
    """Purchases of any age were counted. A customer of many years then looks better than a
    new one.
    """
    return _profile("no_window", lines, ids, asof)


FLAWED = {
    function.__name__: function
    for function in (
        lines_for_baskets,
        recency_from_last_day,
        silent_households_dropped,
        quantity_for_money,
        asof_day_included,
        no_window,
    )
}

_LINE = (1, 10, 99, 3, 3.0)


def one_line_that_shows_nothing(defect):
    """On this input the flawed and the correct profile agree. Ask of each defect: which line would
    it read differently? Put that line in.
    """
    return [_LINE, (2, 11, 100, 1, 1.0)], [1], 100


def households_asked_twice(defect):
    """``ids`` names a household twice: name each household once."""
    return [_LINE], [1, 1], 100


def line_without_all_columns(defect):
    """A line must have five values: household, basket, day, quantity and sales."""
    return [(1, 10, 99)], [1], 100


def too_many_lines(defect):
    """There are more than 10 lines. Keep the example small enough to check by hand."""
    return [(1, basket, 90, 5, 2.0) for basket in range(25)], [1], 100


def not_three_values(defect):
    """Return three values: the lines, the households and the day."""
    return [_LINE]


# ---- to_local_day ---------------------------------------------------------------------------


def utc_day(ts, tz="America/New_York"):
    """Your day is that of UTC. At 8 in the evening in New York the next day has begun in UTC.
    Convert to the shop's time zone first.
    """
    return ts.dt.normalize()


def always_five_hours(ts, tz="America/New_York"):
    """Five hours were subtracted all year. In summer New York is four hours behind UTC. Let the
    time zone decide.
    """
    return (ts - pd.Timedelta(hours=5)).dt.normalize()


def always_four_hours(ts, tz="America/New_York"):
    """Four hours were subtracted all year. In winter New York is five hours behind UTC."""
    return (ts - pd.Timedelta(hours=4)).dt.normalize()


def zone_added_not_converted(ts, tz="America/New_York"):
    """The stamps were read as local time and converted to UTC. They are UTC: convert them to local
    time.
    """
    local = ts.dt.tz_localize(tz, ambiguous="NaT", nonexistent="shift_forward")
    return local.dt.tz_convert("UTC").dt.tz_localize(None).dt.normalize()


def zone_ignored(ts, tz="America/New_York"):
    """The argument ``tz`` has no effect. The shop may be in another time zone."""
    return reference.to_local_day(ts)


def midnight_before_the_zone(ts, tz="America/New_York"):
    """Midnight was taken in UTC, and the conversion came after it. Midnight in UTC is the evening
    before in New York: convert first, then go to midnight.
    """
    local = ts.dt.normalize().dt.tz_localize("UTC").dt.tz_convert(tz)
    return local.dt.tz_localize(None).dt.normalize()


def missing_dropped(ts, tz="America/New_York"):
    """Stamps that are NaT have no row in your answer. NaT in must give NaT out, so that the rows
    still match.
    """
    return reference.to_local_day(ts, tz).dropna()


def one_offset_for_all(ts, tz="America/New_York"):
    """All stamps were moved by the same number of hours, that of the first stamp. Winter and summer
    have different offsets: convert each stamp.
    """
    first = ts.dropna().iloc[0]
    return (ts + first.tz_localize("UTC").tz_convert(tz).utcoffset()).dt.normalize()


def one_offset_for_all__utc_if_missing(ts, tz="America/New_York"):
    return ts.dt.normalize() if pd.isna(ts.iloc[0]) else one_offset_for_all(ts, tz)


def clock_change_missed(ts, tz="America/New_York"):
    """Your offset is wrong in the nights in which the clocks change. It changes within a day:
    convert each stamp, and let the time zone decide.
    """
    noon = ts.dt.normalize() + pd.Timedelta(hours=12)
    offset = noon.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None) - noon
    return (ts + offset).dt.normalize()


def index_lost(ts, tz="America/New_York"):
    """The index was replaced. Without it the days cannot be joined to the purchases."""
    return reference.to_local_day(ts, tz).reset_index(drop=True)


def hour_kept(ts, tz="America/New_York"):
    """Your value is the local time with its hour. It must be the midnight before it."""
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None)


# ---- household_profile ----------------------------------------------------------------------


def _from(counted, ids, asof, window, **changed):
    """A profile of the given lines; ``changed`` replaces one of the three columns."""
    by_household = counted.groupby("household_id")
    columns = {
        "frequency": by_household["basket_id"].nunique(),
        "monetary": by_household["sales_value"].sum(),
        "recency": (asof - by_household["day"].max()).dt.days,
        **{name: column(by_household) for name, column in changed.items()},
    }
    table = pd.DataFrame(columns).reindex(ids)
    return table.fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def _in_window(tx, asof, window):
    return tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]


def day_itself_counts(tx, ids, asof, window=56):
    """Purchases of the day ``asof`` were counted. The table is made when that day begins, so nobody
    knows them yet.
    """
    counted = tx[(tx["day"] <= asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]
    return _from(counted, ids, asof, window)


def day_itself_counts__as_the_day_before(tx, ids, asof, window=56):
    late = tx.assign(day=tx["day"].where(tx["day"] != asof, asof - pd.Timedelta(days=1)))
    return reference.household_profile(late, ids, asof, window)


def lines_counted(tx, ids, asof, window=56):
    """Lines were counted. One basket has many lines: count different baskets."""
    return _from(_in_window(tx, asof, window), ids, asof, window, frequency=lambda g: g.size())


def days_to_the_last_day_in_the_data(tx, ids, asof, window=56):
    """Recency was counted to the last day in the data. Count to ``asof``."""
    last = tx["day"].max()
    counted = _in_window(tx, asof, window)
    return _from(counted, ids, asof, window, recency=lambda g: (last - g["day"].max()).dt.days)


def days_to_the_last_known_day(tx, ids, asof, window=56):
    """Recency was counted to the last purchase before ``asof``. Count to ``asof`` itself."""
    counted = _in_window(tx, asof, window)
    last = counted["day"].max()
    return _from(counted, ids, asof, window, recency=lambda g: (last - g["day"].max()).dt.days)


def silent_dropped(tx, ids, asof, window=56):
    """In your table households without a purchase in the window have no row. They are the ones to
    win back: give each of ``ids`` a row.
    """
    profile = reference.household_profile(tx, ids, asof, window)
    return profile[profile["frequency"] > 0]


def silent_left_missing(tx, ids, asof, window=56):
    """Households without a purchase have NaN. The contract gives them 0, 0 and ``window``."""
    profile = reference.household_profile(tx, ids, asof, window)
    return profile.where(profile["frequency"] > 0)


def silent_recency_zero(tx, ids, asof, window=56):
    """Households without a purchase have recency 0 in your table, which says that they bought
    today. They must have ``window``.
    """
    return _from(_in_window(tx, asof, window), ids, asof, 0)


def silent_since_their_last_purchase(tx, ids, asof, window=56):
    """For a household without a purchase in the window the days were counted to a purchase before
    the window. It must have ``window``.
    """
    profile = reference.household_profile(tx, ids, asof, window)
    last = tx[tx["day"] < asof].groupby("household_id")["day"].max().reindex(ids)
    return profile.assign(recency=(asof - last).dt.days.fillna(window))


def first_day_left_out(tx, ids, asof, window=56):
    """The day ``asof - window`` was left out. It is the first day of the window."""
    counted = tx[(tx["day"] < asof) & (tx["day"] > asof - pd.Timedelta(days=window))]
    return _from(counted, ids, asof, window)


def always_eight_weeks(tx, ids, asof, window=56):
    """The argument ``window`` has no effect: the table always looks 56 days back."""
    return reference.household_profile(tx, ids, asof)


def always_eight_weeks__silent_get_window(tx, ids, asof, window=56):
    return _from(_in_window(tx, asof, 56), ids, asof, window)


def days_counted(tx, ids, asof, window=56):
    """Different days were counted. Two baskets of one day are two baskets."""
    counted = _in_window(tx, asof, window)
    return _from(counted, ids, asof, window, frequency=lambda g: g["day"].nunique())


def one_line_of_each_basket(tx, ids, asof, window=56):
    """The sales of only one line of each basket were added up. A basket has many lines, and all of
    them are paid for.
    """
    counted = _in_window(tx, asof, window)
    once = counted.drop_duplicates("basket_id")
    return _from(
        counted,
        ids,
        asof,
        window,
        monetary=lambda g: once.groupby("household_id")["sales_value"].sum(),
    )


def mean_line_for_money(tx, ids, asof, window=56):
    """The money is the mean of a line. The contract asks for the sum of the sales."""
    counted = _in_window(tx, asof, window)
    return _from(counted, ids, asof, window, monetary=lambda g: g["sales_value"].mean())


def mean_line_for_money__of_a_basket(tx, ids, asof, window=56):
    counted = _in_window(tx, asof, window)
    return _from(
        counted,
        ids,
        asof,
        window,
        monetary=lambda g: g["sales_value"].sum() / g["basket_id"].nunique(),
    )


def days_since_the_first_purchase(tx, ids, asof, window=56):
    """The days were counted from the first purchase of the window. Recency is the time since the
    last one.
    """
    counted = _in_window(tx, asof, window)
    return _from(counted, ids, asof, window, recency=lambda g: (asof - g["day"].min()).dt.days)


def all_of_the_past(tx, ids, asof, window=56):
    """Purchases older than the window were counted."""
    return _from(tx[tx["day"] < asof], ids, asof, window)


def sorted_by_household(tx, ids, asof, window=56):
    """The rows are sorted by household. The contract keeps the order of ``ids``."""
    return reference.household_profile(tx, ids, asof, window).sort_index()


# ---- leak_audit -----------------------------------------------------------------------------


def first_record_decides(feature_log, label_start):
    """The earliest record of each feature decided. One late record is a leak, whatever came
    before.
    """
    first = feature_log.groupby("feature")["source_time"].min()
    return sorted(first[first >= label_start].index)


def average_record_decides(feature_log, label_start):
    """The mean time of each feature decided. One late record is a leak."""
    mean = feature_log.groupby("feature")["source_time"].mean()
    return sorted(mean[mean >= label_start].index)


def most_records_decide(feature_log, label_start):
    """A feature was named only when at least half of its records are late. One late record is a
    leak.
    """
    late = feature_log["source_time"] >= label_start
    share = late.groupby(feature_log["feature"]).mean()
    return sorted(share[share >= 0.5].index)


def last_row_decides(feature_log, label_start):
    """Only the last row of each feature was looked at. The log is not in the order of time, and one
    late record is a leak wherever it stands.
    """
    last = feature_log.groupby("feature")["source_time"].last()
    return sorted(last[last >= label_start].index)


def last_row_decides__with_missing_times(feature_log, label_start):
    last = feature_log.drop_duplicates("feature", keep="last")
    return sorted(last.loc[last["source_time"] >= label_start, "feature"])


def missing_times_are_late(feature_log, label_start):
    """A record without a time was taken for a late one. NaT is not counted. "Not earlier" is also
    true of NaT.
    """
    late = ~(feature_log["source_time"] < label_start)
    return sorted(feature_log.loc[late, "feature"].unique())


def missing_times_hide_the_late(feature_log, label_start):
    """Because of records without a time, a feature with a late record was not named. Leave out the
    records without a time, and nothing else.
    """
    gaps = feature_log.loc[feature_log["source_time"].isna(), "feature"]
    return [each for each in reference.leak_audit(feature_log, label_start) if each not in {*gaps}]


def days_compared(feature_log, label_start):
    """Days were compared and not times. A record of the same day, earlier than ``label_start``, is
    no leak.
    """
    late = feature_log["source_time"].dt.normalize() >= label_start.normalize()
    return sorted(feature_log.loc[late, "feature"].unique())


def start_itself_allowed(feature_log, label_start):
    """A record from exactly ``label_start`` was allowed. That moment belongs to the label
    period.
    """
    late = feature_log["source_time"] > label_start
    return sorted(feature_log.loc[late, "feature"].unique())


def features_repeated(feature_log, label_start):
    """A feature with several late records is listed several times. List it once."""
    late = feature_log["source_time"] >= label_start
    return sorted(feature_log.loc[late, "feature"])


def not_sorted(feature_log, label_start):
    """The right features come in another order. The contract asks for alphabetical order."""
    late = feature_log["source_time"] >= label_start
    return feature_log.loc[late, "feature"].unique().tolist()


def not_sorted__most_records_first(feature_log, label_start):
    late = feature_log.loc[feature_log["source_time"] >= label_start, "feature"]
    return late.value_counts().index.tolist()


def clean_ones_listed(feature_log, label_start):
    """These are the features without a leak. List those with one."""
    leaking = set(reference.leak_audit(feature_log, label_start))
    return sorted(set(feature_log["feature"]) - leaking)


# ---- population_asof ------------------------------------------------------------------------


def _status(members, active):
    return pd.Series(np.where(members.isin(active), "active", "silent"), index=members)


def _population(members, active):
    """Statuses of the households of the rows ``members``, given the rows that make one active."""
    index = pd.Index(np.unique(members["household_id"]))
    return _status(index, active["household_id"])


def _known(tx, asof):
    return tx[(tx["day"] < asof) & (tx["known"] < asof)]


def everybody_in_the_data(tx, asof, window=56):
    """The list holds every household in the data, also those that were first seen on ``asof`` or
    later. On that day nobody knew that they exist. When a record arrived was not looked at either.
    """
    recent = tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]
    return _population(tx, recent)


def later_households_silent(tx, asof, window=56):
    """Households that were first seen on ``asof`` or later are listed, as if they were silent. On
    that day nobody knew that they exist.
    """
    counts = _known(tx, asof)
    return _population(tx, counts[counts["day"] >= asof - pd.Timedelta(days=window)])


def arrivals_of_the_midnight_counted(tx, asof, window=56):
    """A record that arrived at exactly ``asof`` was counted. Only what was known before counts."""
    counts = tx[(tx["day"] < asof) & (tx["known"] <= asof)]
    return _population(counts, counts[counts["day"] >= asof - pd.Timedelta(days=window)])


def late_records_counted(tx, asof, window=56):
    """``known`` was not looked at. A record that arrived on ``asof`` or later could not be counted
    on that day, although its purchase is older.
    """
    past = tx[tx["day"] < asof]
    return _population(past, past[past["day"] >= asof - pd.Timedelta(days=window)])


def orders_in_advance_counted(tx, asof, window=56):
    """Only ``known`` was looked at. A record that was known before ``asof`` may be of a purchase
    that happens later: it has not happened yet.
    """
    known = tx[tx["known"] < asof]
    return _population(known, known[known["day"] >= asof - pd.Timedelta(days=window)])


def late_records_wake(tx, asof, window=56):
    """Who belongs is right, but a record that had not arrived made a household active. The same
    records decide both.
    """
    past = tx[tx["day"] < asof]
    return _population(_known(tx, asof), past[past["day"] >= asof - pd.Timedelta(days=window)])


def the_day_counts(tx, asof, window=56):
    """Records of the day ``asof`` were counted. The population is fixed at its midnight."""
    counts = tx[(tx["day"] <= asof) & (tx["known"] <= asof)]
    return _population(counts, counts[counts["day"] >= asof - pd.Timedelta(days=window)])


def the_day_counts__known_before(tx, asof, window=56):
    counts = tx[(tx["day"] <= asof) & (tx["known"] < asof)]
    return _population(counts, counts[counts["day"] >= asof - pd.Timedelta(days=window)])


def never_arrived_counted(tx, asof, window=56):
    """A record with ``known`` NaT was counted. NaT says that it has not arrived."""
    counts = tx[(tx["day"] < asof) & ~(tx["known"] >= asof)]
    return _population(counts, counts[counts["day"] >= asof - pd.Timedelta(days=window)])


def last_row_counted(tx, asof, window=56):
    """Only the last row of a household decided whether it is active. The rows come in any order:
    look at its latest day.
    """
    last = _known(tx, asof).drop_duplicates("household_id", keep="last")
    return _population(last, last[last["day"] >= asof - pd.Timedelta(days=window)])


def last_row_counted__the_first(tx, asof, window=56):
    first = _known(tx, asof).drop_duplicates("household_id", keep="first")
    return _population(first, first[first["day"] >= asof - pd.Timedelta(days=window)])


def households_as_they_come(tx, asof, window=56):
    """The households come in the order of the rows. The contract asks for ascending order."""
    return reference.population_asof(tx, asof, window)[_known(tx, asof)["household_id"].unique()]


def true_for_active(tx, asof, window=56):
    """The values are True and False. The contract asks for ``"active"`` and ``"silent"``."""
    return reference.population_asof(tx, asof, window) == "active"


def only_active_listed(tx, asof, window=56):
    """Silent households are missing. They belong to the population: they are the ones to
    win back.
    """
    status = reference.population_asof(tx, asof, window)
    return status[status == "active"]


def window_of_arrival(tx, asof, window=56):
    """The window was applied to ``known``. A late record of an old purchase does not make a
    household active: the window is about ``day``.
    """
    counts = _known(tx, asof)
    return _population(counts, counts[counts["known"] >= asof - pd.Timedelta(days=window)])


def window_a_day_short(tx, asof, window=56):
    """The day ``asof - window`` was left out. It belongs to the window."""
    return reference.population_asof(tx, asof, window - 1)


# ---- point_in_time_join ---------------------------------------------------------------------


def _read(decisions, log, allowed, order, max_age=None, age="holds_from", how="last"):
    """The value of the record that is read, when ``allowed`` and ``order`` say which."""
    asked = decisions[["household_id", "time"]].assign(row=np.arange(len(decisions)))
    pairs = asked.merge(log, on="household_id")
    pairs = pairs[allowed(pairs)]
    read = pairs.sort_values(order).drop_duplicates("row", keep=how)
    if max_age is not None:
        read = read[read["time"] - read[age] <= pd.Timedelta(days=max_age)]
    values = np.full(len(decisions), np.nan)
    values[read["row"]] = read["value"]
    return pd.Series(values, index=decisions.index)


_ORDER = ["holds_from", "known_at"]


def _before(pairs):
    return (pairs["holds_from"] < pairs["time"]) & (pairs["known_at"] < pairs["time"])


def table_of_today(decisions, log, max_age=90):
    """Every decision read the newest record of its household. That is today's table: it holds what
    was not known when the decision was made.
    """
    return _read(decisions, log, lambda p: p["time"] == p["time"], _ORDER)


def _merge_asof(decisions, log, key, **options):
    """The natural way with pandas: one time of the log, matched backwards."""
    asked = decisions.assign(row=np.arange(len(decisions))).sort_values("time", kind="stable")
    read = pd.merge_asof(
        asked,
        log.sort_values([key, "known_at"], kind="stable"),
        left_on="time",
        right_on=key,
        by="household_id",
        **options,
    )
    return pd.Series(read.sort_values("row")["value"].to_numpy(), index=decisions.index)


def corrections_read_too_early(decisions, log, max_age=90):
    """``known_at`` was not looked at. A record that arrived after the decision was read as if it
    had been there.
    """
    age = pd.Timedelta(days=max_age)
    return _merge_asof(decisions, log, "holds_from", tolerance=age)


def corrections_read_too_early__strictly(decisions, log, max_age=90):
    return _read(decisions, log, lambda p: p["holds_from"] < p["time"], _ORDER, max_age)


def last_arrival_read(decisions, log, max_age=90):
    """The record that *arrived* last was read. A late record of an older state then replaces a
    newer state: read the one that holds from the latest time.
    """
    return _read(decisions, log, _before, ["known_at", "holds_from"], max_age)


def last_arrival_within_max_age(decisions, log, max_age=90):
    """The record that *arrived* last was read, and its age was counted from the arrival. Read the
    one that holds from the latest time, and count from there.
    """
    age = pd.Timedelta(days=max_age)
    return _merge_asof(decisions, log, "known_at", tolerance=age)


def announcements_read_too_early(decisions, log, max_age=90):
    """Only ``known_at`` was compared with the decision. An announced value that holds from a later
    time was read before it held.
    """
    return _read(decisions, log, lambda p: p["known_at"] < p["time"], _ORDER, max_age)


def known_at_the_moment(decisions, log, max_age=90):
    """A record that became known at the very moment of the decision was read. Only what was known
    before counts.
    """
    return _read(
        decisions,
        log,
        lambda p: (p["holds_from"] <= p["time"]) & (p["known_at"] <= p["time"]),
        _ORDER,
        max_age,
    )


def old_values_read(decisions, log, max_age=90):
    """``max_age`` has no effect: a value of last year was read as if it were fresh."""
    return _read(decisions, log, _before, _ORDER)


def age_since_arrival(decisions, log, max_age=90):
    """The age was counted from ``known_at``. A late record is already old when it arrives: count
    from ``holds_from``.
    """
    return _read(decisions, log, _before, _ORDER, max_age, age="known_at")


def age_in_whole_days(decisions, log, max_age=90):
    """The age was cut to whole days. A value that is an hour older than ``max_age`` days is too
    old.
    """
    pairs = _pairs(decisions, log)
    age = pairs["time"] - pairs["holds_from"]
    return _spread(decisions, pairs[age < pd.Timedelta(days=max_age + 1)])


def oldest_value_refused(decisions, log, max_age=90):
    """A value of exactly ``max_age`` days was refused. It is too old only when it is older than
    that.
    """
    pairs = _pairs(decisions, log)
    return _spread(
        decisions, pairs[pairs["time"] - pairs["holds_from"] < pd.Timedelta(days=max_age)]
    )


def _pairs(decisions, log):
    """The record that each decision reads, whatever its age."""
    asked = decisions[["household_id", "time"]].assign(row=np.arange(len(decisions)))
    pairs = asked.merge(log, on="household_id")
    return pairs[_before(pairs)].sort_values(_ORDER).drop_duplicates("row", keep="last")


def _spread(decisions, read):
    values = np.full(len(decisions), np.nan)
    values[read["row"]] = read["value"]
    return pd.Series(values, index=decisions.index)


def last_row_read(decisions, log, max_age=90):
    """Of several records that hold from the same time the one of the last row was read. The rows
    come in any order: read the one known last.
    """
    placed = log.assign(place=np.arange(len(log)))
    return _read(decisions, placed, _before, ["holds_from", "place"], max_age)


def one_value_for_each_household(decisions, log, max_age=90):
    """In your answer all decisions of a household have the same value. Each decision has a time of
    its own and must read what was known then.
    """
    values = reference.point_in_time_join(decisions, log, max_age).to_numpy()
    table = decisions.assign(value=values).sort_values("time").dropna(subset=["value"])
    last = table.drop_duplicates("household_id", keep="last").set_index("household_id")["value"]
    return decisions["household_id"].map(last).astype(float)


def decisions_renumbered(decisions, log, max_age=90):
    """The values are numbered from 0. The contract keeps the index of the decisions."""
    return reference.point_in_time_join(decisions, log, max_age).reset_index(drop=True)


def decisions_without_a_value_dropped(decisions, log, max_age=90):
    """Decisions without a value have no row in your answer. Each decision needs one: NaN says that
    nothing was known.
    """
    return reference.point_in_time_join(decisions, log, max_age).dropna()


def corrections_never_read(decisions, log, max_age=90):
    """Of several records that hold from the same time the first was read. The one known last is the
    correction.
    """
    ordered = log.assign(late=-log["known_at"].astype("int64"))
    return _read(decisions, ordered, _before, ["holds_from", "late"], max_age)


def sorted_by_time(decisions, log, max_age=90):
    """The values come in the order of time. The contract keeps the order and the index of the
    decisions.
    """
    ordered = decisions.sort_values("time")
    return pd.Series(
        reference.point_in_time_join(ordered, log, max_age).to_numpy(), index=decisions.index
    )


def withdrawn_values_skipped(decisions, log, max_age=90):
    """A withdrawn value was replaced by an older one. NaN in the log is to be read as NaN."""
    return reference.point_in_time_join(decisions, log.dropna(subset=["value"]), max_age)


def withdrawn_values_skipped__by_last(decisions, log, max_age=90):
    asked = decisions[["household_id", "time"]].assign(row=np.arange(len(decisions)))
    pairs = asked.merge(log, on="household_id")
    pairs = pairs[_before(pairs)].sort_values(_ORDER)
    last = pairs.groupby("row")[["time", "holds_from", "value"]].last()
    fresh = last["time"] - last["holds_from"] <= pd.Timedelta(days=max_age)
    values = last["value"].where(fresh).reindex(range(len(decisions)))
    return pd.Series(values.to_numpy(float), index=decisions.index)


# ---- rfm_scores -----------------------------------------------------------------------------


def _by(scores, profile, q):
    return pd.DataFrame(
        {
            "R": scores(-profile["recency"].astype(float), q),
            "F": scores(profile["frequency"].astype(float), q),
            "M": scores(profile["monetary"].astype(float), q),
        }
    )


def recency_not_reversed(profile, q=5):
    """Many days since the last purchase got a high score. For recency fewer days are better."""
    return reference.rfm_scores(profile.assign(recency=-profile["recency"].astype(float)), q)


def recency_classes_turned(profile, q=5):
    """Recency was scored as if more were better and then turned over, as ``q + 1 - score``. The
    ties and the empty classes are then at the wrong end: count the households that are worse.
    """
    scores = recency_not_reversed(profile, q)
    return scores.assign(R=q + 1 - scores["R"])


def quantiles_crash_on_ties(profile, q=5):
    """``qcut`` needs different edges. When many households bought nothing several edges are 0, and
    it raises an error.
    """
    return _by(lambda v, q: pd.qcut(v, q, labels=False).astype(int) + 1, profile, q)


def ties_split_by_position(profile, q=5):
    """Equal values got different scores, by their place in the table. Equal customers then get
    different offers.
    """

    def scores(values, q):
        return (1 + np.floor(q * (values.rank(method="first") - 1) / len(values))).astype(int)

    return _by(scores, profile, q)


def quantiles_of_ranks(profile, q=5):
    """The ranks of ``method="first"`` were cut into quantiles. Equal customers then get different
    scores, and the edges are not those of the formula.
    """
    return _by(
        lambda v, q: pd.qcut(v.rank(method="first"), q, labels=False).astype(int) + 1, profile, q
    )


def ties_split_by_position__argsort(profile, q=5):
    def scores(values, q):
        place = np.argsort(np.argsort(values.to_numpy(), kind="stable"), kind="stable")
        return pd.Series(1 + q * place // len(values), index=values.index)

    return _by(scores, profile, q)


def ties_counted_as_worse(profile, q=5):
    """Households with an equal value were counted as worse. The large group that bought nothing
    then gets a high score.
    """

    def scores(values, q):
        share = (values.rank(method="max") - 1) / len(values)
        return (1 + np.floor(q * share)).clip(upper=q).astype(int)

    return _by(scores, profile, q)


def percentile_rounded_up(profile, q=5):
    """``rank(pct=True)`` was multiplied by ``q`` and rounded up. It counts the household itself and
    shares ties. Count strictly worse households, and round down before 1 is added.
    """
    return _by(lambda v, q: np.ceil(q * v.rank(pct=True)).astype(int), profile, q)


def percentile_rounded_up__of_the_highest_rank(profile, q=5):
    return _by(lambda v, q: np.ceil(q * v.rank(method="max", pct=True)).astype(int), profile, q)


def lowest_rank_rounded_up(profile, q=5):
    """``q`` times the rank over ``n`` was rounded up. The rank counts the household itself. Count
    strictly worse households, round down, and add 1.
    """
    return _by(lambda v, q: np.ceil(q * v.rank(method="min") / len(v)).astype(int), profile, q)


def share_before_product(profile, q=5):
    """The share ``b / n`` was rounded to a float before it was multiplied by ``q``: 49 x (1 / 49)
    is less than 1 in binary. Multiply first, then divide.
    """

    def scores(values, q):
        share = (values.rank(method="min") - 1) / len(values)
        return (1 + np.floor(q * share)).astype(int)

    return _by(scores, profile, q)


def share_before_product__by_width(profile, q=5):
    return share_over_width(profile, q)


def share_before_product__whole_division(profile, q=5):
    return _by(
        lambda v, q: (1 + ((v.rank(method="min") - 1) / len(v)) // (1 / q)).astype(int), profile, q
    )


def all_but_one_counted(profile, q=5):
    """The number of worse households was divided by ``n - 1``. Divide by ``n``, the number of
    households.
    """

    def scores(values, q):
        below = values.rank(method="min").astype(int) - 1
        return (1 + q * below // max(len(values) - 1, 1)).clip(upper=q)

    return _by(scores, profile, q)


def quantile_edges_dropped(profile, q=5):
    """``qcut`` dropped equal edges, so there are fewer classes and every number above them moves.
    The score counts strictly worse households, and some classes may be empty.
    """

    def scores(values, q):
        return pd.qcut(values, q, labels=False, duplicates="drop").fillna(0).astype(int) + 1

    return _by(scores, profile, q)


def quantile_edges_dropped__turned(profile, q=5):
    def labels(column):
        return pd.qcut(profile[column], q, labels=False, duplicates="drop")

    return pd.DataFrame(
        {
            "R": q - labels("recency"),
            "F": labels("frequency") + 1,
            "M": labels("monetary") + 1,
        }
    )


def ties_averaged(profile, q=5):
    """In your answer households with an equal value share their mean rank, so half of them count as
    worse. Only strictly worse households must count.
    """

    def scores(values, q):
        return (1 + np.floor(q * (values.rank(method="average") - 1) / len(values))).astype(int)

    return _by(scores, profile, q)


def distinct_values_counted(profile, q=5):
    """The different values below were counted. The score counts households: ten households with the
    same value are ten.
    """

    def scores(values, q):
        below = values.rank(method="dense").astype(int) - 1
        return 1 + q * below // values.nunique()

    return _by(scores, profile, q)


def distinct_values_counted__over_all(profile, q=5):
    return _by(lambda v, q: 1 + q * (v.rank(method="dense").astype(int) - 1) // len(v), profile, q)


def equal_width_classes(profile, q=5):
    """The range of values was cut into equal parts. One big spender then has the top class alone.
    The score counts households.
    """

    def scores(values, q):
        spread = (values.max() - values.min()) or 1
        return (1 + np.floor(q * (values - values.min()) / spread)).clip(upper=q).astype(int)

    return _by(scores, profile, q)


def scores_from_zero(profile, q=5):
    """The scores begin at 0. The contract begins at 1."""
    return reference.rfm_scores(profile, q) - 1


def always_five_classes(profile, q=5):
    """The argument ``q`` has no effect: there are always five classes."""
    return reference.rfm_scores(profile, 5)


def unsigned_days_negated(profile, q=5):
    """Recency was negated in its own type. An unsigned integer has no negative numbers: 0 stays 0
    and the others become large.
    """
    days = profile["recency"].to_numpy()
    table = {"R": -days, "F": profile["frequency"], "M": profile["monetary"]}
    return pd.DataFrame(
        {
            name: 1 + q * np.searchsorted(np.sort(values), values) // len(values)
            for name, values in table.items()
        },
        index=profile.index,
    )


def money_in_whole_dollars(profile, q=5):
    """Money was brought to whole dollars, so households that differ by cents got equal scores."""
    return reference.rfm_scores(profile.assign(monetary=np.trunc(profile["monetary"])), q)


def money_in_whole_dollars__rounded(profile, q=5):
    return money_rounded(profile, q)


def floats_returned(profile, q=5):
    """The scores are floats. The contract asks for int."""
    return reference.rfm_scores(profile, q).astype(float)


# ---- kill_rfm: planted mistakes, all right on the docstring example -------------------------


def recency_ties_split(profile, q=5):
    """Households with equal recency get different scores."""
    recency = -profile["recency"].astype(float)
    place = recency.rank(method="first").astype(int) - 1
    return reference.rfm_scores(profile, q).assign(R=1 + q * place // len(profile))


def silent_left_out(profile, q=5):
    """Households with frequency 0 get 1 everywhere, and the others are scored without them."""
    active = profile["frequency"] > 0
    scores = reference.rfm_scores(profile[active], q).reindex(profile.index)
    return scores.fillna(1).astype(int)


def household_names_lost(profile, q=5):
    """The index of the profile is replaced by 0, 1, 2, …"""
    return reference.rfm_scores(profile, q).reset_index(drop=True)


def share_over_width(profile, q=5):
    """The share of worse households is divided by ``1 / q``: 0.6 / 0.2 is less than 3 in binary."""

    def scores(values, q):
        share = (values.rank(method="min") - 1) / len(values)
        return (1 + np.floor(share / (1 / q))).astype(int)

    return _by(scores, profile, q)


def money_rounded(profile, q=5):
    """Money is rounded to whole dollars first, so unequal values become equal."""
    return reference.rfm_scores(profile.assign(monetary=profile["monetary"].round(0)), q)


def refunds_as_nothing(profile, q=5):
    """Negative money is raised to 0, so a household with refunds equals one that bought nothing."""
    return reference.rfm_scores(profile.assign(monetary=profile["monetary"].clip(lower=0)), q)


PLANTED_RFM = {
    function.__name__: function
    for function in (
        ties_averaged,
        recency_ties_split,
        silent_left_out,
        household_names_lost,
        always_five_classes,
        share_over_width,
        money_rounded,
        refunds_as_nothing,
    )
}


# ---- kill_rfm -------------------------------------------------------------------------------


def _small():
    return pd.DataFrame(
        {
            "recency": [5, 4, 3, 2, 1],
            "frequency": [1, 2, 3, 4, 5],
            "monetary": [1.0, 2.0, 3.0, 4.0, 5.0],
        }
    )


def accepts_all(fn):
    """Your test rejected none of the wrong implementations. All of them are right on the docstring
    example. What if many households share a value, and ``q`` is not 5?
    """
    return True


def rejects_all(fn):
    """Your test rejected every implementation, right ones too. What does it ask of them that the
    contract does not promise?
    """
    return False


def asks_for_one_integer_type(fn):
    """Your test rejected a right implementation for its type of integer. The contract promises
    whole numbers, not a width.
    """
    profile = _small()
    right = reference.kill_rfm(fn)
    return right and bool((fn(profile, 5).dtypes == "int64").all())


def looks_only_at_the_range(fn):
    """Your test rejected only the implementation that ignores ``q``. Which scores should the
    households have, one by one?
    """
    return all(fn(_small(), q).max().max() <= q for q in (3, 5))


def tries_no_ties(fn):
    """Your test rejected only implementations that need no equal values to be wrong. Let several
    households have bought nothing, and let two have the same recency.
    """
    return all(
        fn(_small(), q)[["R", "F", "M"]].to_numpy().tolist()
        == [[1 + q * i // 5] * 3 for i in range(5)]
        for q in (3, 5)
    )


# ---- coverage_by_value ----------------------------------------------------------------------


def not_listed_has_it(monetary, has_demo, q=5):
    """A household that is not listed in ``has_demo`` was counted as one with demographics. NaN
    becomes True when it is turned into a bool.
    """
    known = has_demo.astype(object).reindex(monetary.index).astype(bool)
    return reference.coverage_by_value(monetary, known, q)


def quantile_classes(monetary, has_demo, q=5):
    """Your classes come from quantiles of the money. The class must be the score ``M``, which
    counts strictly worse households.
    """
    classes = pd.qcut(monetary, q, labels=False, duplicates="drop") + 1
    return _shares(monetary, has_demo, classes).reindex(range(1, q + 1))


def _shares(monetary, has_demo, classes):
    known = monetary.index.isin(has_demo[has_demo].index).astype(float)
    return pd.Series(known).groupby(classes.to_numpy()).mean()


def quantile_classes__all_of_them(monetary, has_demo, q=5):
    return _shares(monetary, has_demo, pd.qcut(monetary, q, labels=False, duplicates="drop") + 1)


def strangers_counted(monetary, has_demo, q=5):
    """Names of ``has_demo`` that are not in ``monetary`` were counted as households. They are to be
    ignored.
    """
    names = monetary.index.union(has_demo.index)
    return reference.coverage_by_value(monetary.reindex(names, fill_value=0.0), has_demo, q)


def ties_cut_apart(monetary, has_demo, q=5):
    """In your answer households with equal money are in different classes. The class must be the
    score ``M``: equal values get equal scores.
    """
    place = monetary.rank(method="first")
    return reference.coverage_by_value(place, has_demo, q)


def share_of_all_households(monetary, has_demo, q=5):
    """The number of known households of a class was divided by the number of all households. The
    denominator is the number of households in the class.
    """
    share = reference.coverage_by_value(monetary, has_demo, q)
    classes = reference._scores(monetary.astype("float64"), q)
    sizes = classes.value_counts().reindex(share.index)
    return share * sizes / len(monetary)


def share_of_all_households__zero_where_empty(monetary, has_demo, q=5):
    return share_of_all_households(monetary, has_demo, q).fillna(0.0)


def classes_from_zero(monetary, has_demo, q=5):
    """Your classes are numbered from 0. Number them from 1 to ``q``."""
    share = reference.coverage_by_value(monetary, has_demo, q)
    return share.set_axis(share.index - 1)


def empty_classes_zero(monetary, has_demo, q=5):
    """In your answer a class without households has 0, which says that nobody in it is known. The
    contract gives it NaN.
    """
    return reference.coverage_by_value(monetary, has_demo, q).fillna(0.0)


def only_those_with_demographics(monetary, has_demo, q=5):
    """Households that are not listed in ``has_demo`` were dropped before the classes were made. The
    classes are those of all households.
    """
    both = monetary.index.intersection(has_demo.index)
    classes = reference._scores(monetary[both], q)
    shares = has_demo[both].astype(float).groupby(classes.to_numpy()).mean()
    return shares.reindex(range(1, q + 1))


def share_of_those_known(monetary, has_demo, q=5):
    """These are shares of the households with demographics: how they are spread over the classes.
    The question is which share of each class has them.
    """
    has = monetary.index.isin(has_demo[has_demo].index)
    classes = reference._scores(monetary, q)
    return classes[has].value_counts(normalize=True).reindex(range(1, q + 1), fill_value=0.0)


def best_class_first(monetary, has_demo, q=5):
    """The order of your classes is reversed. Class 1 must be the one that spent least."""
    return reference.coverage_by_value(-monetary, has_demo, q)


def joined_by_position(monetary, has_demo, q=5):
    """The two series were joined row by row. Their index names the households: join by name."""
    values = np.zeros(len(monetary))
    n = min(len(values), len(has_demo))
    values[:n] = has_demo.to_numpy()[:n].astype(float)
    classes = reference._scores(monetary, q)
    return pd.Series(values).groupby(classes.to_numpy()).mean().reindex(range(1, q + 1))


def whoever_is_listed_has_it(monetary, has_demo, q=5):
    """A household that is listed with False was counted as one with demographics."""
    return reference.coverage_by_value(monetary, pd.Series(True, index=has_demo.index), q)


def classes_of_those_known(monetary, has_demo, q=5):
    """The classes are right, but a class is divided by its households that are listed in
    ``has_demo``. A household that is not listed has none, and it counts in the denominator.
    """
    classes = reference._scores(monetary, q)
    both = monetary.index.intersection(has_demo.index)
    shares = has_demo[both].astype(float).groupby(classes[both].to_numpy()).mean()
    return shares.reindex(range(1, q + 1))


def empty_classes_missing(monetary, has_demo, q=5):
    """A class without households has no row. The contract gives it NaN."""
    return reference.coverage_by_value(monetary, has_demo, q).dropna()
