"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd


def break_profile__short(defect):
    return {
        "lines_for_baskets": ([(3, 1, 9, 1, 1.0), (3, 1, 9, 1, 1.0)], [3], 10),
        "recency_from_last_day": ([(3, 1, 9, 1, 1.0)], [3], 10),
        "silent_households_dropped": ([], [3], 10),
        "quantity_for_money": ([(3, 1, 9, 2, 1.0)], [3], 10),
        "asof_day_included": ([(3, 1, 10, 1, 1.0)], [3], 10),
        "no_window": ([(3, 1, 9, 1, 1.0), (3, 2, -40, 1, 1.0)], [3], 10),
    }[defect]


def break_profile__one_for_all(defect):
    lines = [
        [1, 10, 50, 9, 2.0],
        [1, 10, 50, 9, 2.5],
        [1, 11, 60, 1, 4.0],
        [2, 12, 5, 1, 4.0],
        [2, 13, 63, 1, 4.0],
    ]
    return lines, [1, 2, 3], 60


def to_local_day__one_by_one(ts, tz="America/New_York"):
    zone = ZoneInfo(tz)

    def day(stamp):
        if pd.isna(stamp):
            return pd.NaT
        local = stamp.to_pydatetime().replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        return pd.Timestamp(local.date())

    return pd.Series([day(stamp) for stamp in ts], index=ts.index, dtype="datetime64[us]")


def to_local_day__floor(ts, tz="America/New_York"):
    aware = pd.to_datetime(ts, utc=True).dt.tz_convert(tz)
    return pd.to_datetime(aware.dt.strftime("%Y-%m-%d"))


def household_profile__loop(tx, ids, asof, window=56):
    rows = []
    for household in ids:
        mine = tx.query("household_id == @household")
        age = (asof - mine["day"]).dt.days
        mine, age = mine[(age > 0) & (age <= window)], age[(age > 0) & (age <= window)]
        if mine.empty:
            rows.append((0, 0.0, window))
        else:
            rows.append((len(set(mine["basket_id"])), mine["sales_value"].sum(), age.min()))
    return pd.DataFrame(rows, columns=["frequency", "monetary", "recency"], index=ids)


def household_profile__merge(tx, ids, asof, window=56):
    start = asof - pd.Timedelta(window, "D")
    recent = tx[tx["day"].between(start, asof, inclusive="left")]
    found = recent.groupby("household_id").agg(
        recency=("day", lambda days: (asof - days.max()) / pd.Timedelta("1D")),
        frequency=("basket_id", "nunique"),
        monetary=("sales_value", "sum"),
    )
    frame = pd.DataFrame({"household_id": ids}).merge(
        found, how="left", left_on="household_id", right_index=True
    )
    frame = frame.set_index("household_id")
    return frame.assign(
        recency=frame["recency"].fillna(window),
        frequency=frame["frequency"].fillna(0),
        monetary=frame["monetary"].fillna(0),
    )


def population_asof__loop(tx, asof, window=56):
    found = {}
    for household, day, known in zip(tx["household_id"], tx["day"], tx["known"], strict=True):
        if pd.isna(known) or known >= asof or day >= asof:
            continue
        recent = (asof - day).days <= window
        found[household] = found.get(household, False) or recent
    return pd.Series({h: "active" if found[h] else "silent" for h in sorted(found)}, dtype=object)


def population_asof__any(tx, asof, window=56):
    past = tx.query("day < @asof and known < @asof")
    recent = past["day"].between(asof - pd.Timedelta(window, "D"), asof, inclusive="left")
    active = recent.groupby(past["household_id"]).any()
    return active.map({True: "active", False: "silent"})


def point_in_time_join__loop(decisions, log, max_age=90):
    values = []
    for household, time in zip(decisions["household_id"], decisions["time"], strict=True):
        mine = log[log["household_id"] == household]
        mine = mine[(mine["holds_from"] < time) & (mine["known_at"] < time)]
        mine = mine.sort_values("known_at").sort_values("holds_from", kind="stable")
        if mine.empty or (time - mine["holds_from"].iloc[-1]) > pd.Timedelta(days=max_age):
            values.append(np.nan)
        else:
            values.append(mine["value"].iloc[-1])
    return pd.Series(values, index=decisions.index, dtype=float)


def point_in_time_join__rank(decisions, log, max_age=90):
    out = pd.Series(np.nan, index=decisions.index)
    for place, (_, decision) in enumerate(decisions.iterrows()):
        best = None
        for record in log.itertuples():
            if record.household_id != decision["household_id"]:
                continue
            if max(record.holds_from, record.known_at) >= decision["time"]:
                continue
            key = (record.holds_from, record.known_at)
            if best is None or key > best[0]:
                best = key, record.value
        if best and decision["time"] - best[0][0] <= pd.Timedelta(days=max_age):
            out.iloc[place] = best[1]
    return out


def rfm_scores__counting(profile, q=5):
    n = len(profile)
    profile = profile.astype(float)

    def score(values):
        return [min(q, 1 + q * sum(other < value for other in values) // n) for value in values]

    return pd.DataFrame(
        {
            "R": score((-profile["recency"]).tolist()),
            "F": score(profile["frequency"].tolist()),
            "M": score(profile["monetary"].tolist()),
        },
        index=profile.index,
    )


def rfm_scores__searchsorted(profile, q=5):
    signed = profile[["recency", "frequency", "monetary"]].astype(float) * [-1, 1, 1]
    scores = signed.apply(
        lambda v: np.minimum(q, 1 + q * np.searchsorted(np.sort(v), v, side="left") // len(v))
    )
    return scores.set_axis(["R", "F", "M"], axis=1).astype("int64")


def kill_rfm__silent_half(fn):
    profile = pd.DataFrame(
        {
            "recency": [56] * 6 + [1, 2, 3, 4],
            "frequency": [0] * 6 + [9, 5, 5, 1],
            "monetary": [-3.5, 0.0, 0.0, 0.0, 0.0, 0.0, 1000.0, 20.25, 20.0, 10.0],
        },
        index=list("jihgfedcba"),
    )
    for q in (5, 4):
        expected = rfm_scores__counting(profile, q)
        got = fn(profile, q)
        if list(got.index) != list(profile.index):
            return False
        if not (np.asarray(got[["R", "F", "M"]]) == expected.to_numpy()).all():
            return False
    return True


def kill_rfm__properties(fn):
    rng = np.random.default_rng(2)
    for n in (5, 30, 40):
        profile = pd.DataFrame(
            {
                "recency": rng.integers(1, 9, n),
                "frequency": rng.integers(0, 4, n),
                "monetary": rng.integers(-9, 60, n) / 4,
            },
            index=rng.permutation(n) + 100,
        )
        for q in (3, 5, 10):
            scores = fn(profile, q)
            pd.testing.assert_frame_equal(
                scores[["R", "F", "M"]], rfm_scores__searchsorted(profile, q), check_dtype=False
            )
    return True


def coverage_by_value__loop(monetary, has_demo, q=5):
    n = len(monetary)
    groups = {c: [] for c in range(1, q + 1)}
    for name, value in monetary.items():
        c = min(q, 1 + q * int((monetary < value).sum()) // n)
        groups[c].append(bool(has_demo.get(name, False)))
    return pd.Series({c: np.mean(g) if g else np.nan for c, g in groups.items()})


def coverage_by_value__reindex(monetary, has_demo, q=5):
    has = has_demo.astype(float).reindex(monetary.index).fillna(0)
    below = monetary.rank(method="min").sub(1)
    quintile = (1 + (q * below // len(monetary))).clip(upper=q)
    return has.groupby(quintile).mean().reindex(np.arange(1, q + 1))


def leak_audit__latest(feature_log, label_start):
    latest = feature_log.groupby("feature")["source_time"].max()
    return latest.index[latest >= label_start].tolist()


def leak_audit__set(feature_log, label_start):
    pairs = zip(feature_log["feature"], feature_log["source_time"], strict=True)
    return sorted({feature for feature, time in pairs if not pd.isna(time) and time >= label_start})
