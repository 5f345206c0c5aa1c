"""From raw purchases to the profile table that everything else reads.

Source: Hughes, "Strategic Database Marketing" (1994), for recency, frequency and monetary value.
The formula of the scores is ours, so that equal values get equal scores. Two times for each record,
when it happened and when it was known: Snodgrass and Ahn, "A taxonomy of time in databases" (1985).
"""

import numpy as np
import pandas as pd


def break_profile(defect: str) -> tuple[list[tuple[int, int, int, int, float]], list[int], int]:
    """Return purchases on which a profile table with one known defect is wrong.

    The correct ``profile(lines, ids, asof)`` has one row for each of ``ids``, in their order: the
    number of different baskets, the sum of sales and the days from the last purchase to ``asof``.
    It reads only lines of the 30 days before ``asof``: days from ``asof - 30`` to ``asof - 1``. A
    household without such a line has the row ``(0, 0.0, 30)``.

    Parameters
    ----------
    defect : str
        One of

        - ``"lines_for_baskets"``: lines are counted, not different baskets;
        - ``"recency_from_last_day"``: the days since the last purchase are counted to the largest
          day of all ``lines`` and not to ``asof``. Lines of any household count for it, also those
          of the day ``asof`` and later. The row ``(0, 0.0, 30)`` stays as it is;
        - ``"silent_households_dropped"``: a household without a line in the 30 days has no row;
        - ``"quantity_for_money"``: quantities are added up, not sales;
        - ``"asof_day_included"``: lines of the day ``asof`` are read too;
        - ``"no_window"``: lines older than 30 days are read too.

    Returns
    -------
    lines : list of (int, int, int, int, float)
        Household, basket, day, quantity and sales in USD, the last two from 0 to 1,000,000; at
        most 10 lines.
    ids : list of int
        The households to describe, each once, from 1 to 10.
    asof : int
        The day as of which to describe them.

    Examples
    --------
    >>> lines, ids, asof = break_profile("lines_for_baskets")
    >>> len(lines) <= 10
    True
    """
    lines = [(1, 10, 95, 1, 4.0)]
    if defect == "lines_for_baskets":
        return [*lines, (1, 10, 95, 1, 2.0)], [1], 100
    if defect == "silent_households_dropped":
        return lines, [1, 2], 100
    if defect == "quantity_for_money":
        return [(1, 10, 95, 8000, 20.0)], [1], 100
    if defect == "asof_day_included":
        return [*lines, (1, 11, 100, 1, 2.0)], [1], 100
    if defect == "no_window":
        return [*lines, (1, 9, 20, 1, 2.0)], [1], 100
    return lines, [1], 100


def to_local_day(ts: pd.Series, tz: str = "America/New_York") -> pd.Series:
    """The calendar day on which something happened, where it happened.

    Parameters
    ----------
    ts : Series of datetime64
        Time stamps in UTC, without a time zone. May hold NaT. It is left as it is.
    tz : str
        The name of the shop's time zone, which knows its daylight saving time.

    Returns
    -------
    day : Series of datetime64
        Local midnight, without a time zone; NaT stays NaT. The same index.

    Examples
    --------
    New York is five hours behind UTC in January and four hours behind in July. So 04:30 UTC is
    23:30 of the day before in January, and 00:30 of the same day in July.

    >>> ts = pd.Series(pd.to_datetime(["2017-01-10 04:30", "2017-07-10 04:30"]))
    >>> to_local_day(ts).dt.strftime("%Y-%m-%d").tolist()
    ['2017-01-09', '2017-07-10']
    """
    return ts.dt.tz_localize("UTC").dt.tz_convert(tz).dt.tz_localize(None).dt.normalize()


def household_profile(
    tx: pd.DataFrame, ids: list[int], asof: pd.Timestamp, window: int = 56
) -> pd.DataFrame:
    """Frequency, monetary value and recency of households, as of a day.

    Parameters
    ----------
    tx : DataFrame
        Columns ``household_id``, ``basket_id``, ``day`` (datetime64, midnight) and ``sales_value``
        (USD), a row for each line of a receipt. It is left as it is.
    ids : list of int
        The households to describe; some may not occur in ``tx``.
    asof : Timestamp
        Midnight at which the table is made. What happens on this day is not known yet.
    window : int
        How many days back it looks: days from ``asof - window`` to the day before ``asof`` count.

    Returns
    -------
    profile : DataFrame of numbers, indexed by ``ids`` in their order
        ``frequency``: different baskets; ``monetary``: sum of sales; ``recency``: days from the
        last purchase to ``asof``, at least 1. A household without a purchase in the window has 0,
        0 and ``window``. Whether a column holds integers or floats does not matter.

    Examples
    --------
    Household 1 has one basket of two lines, three days before ``asof``. Its purchase on the day
    ``asof`` does not count. Household 2 bought nothing.

    >>> tx = pd.DataFrame(
    ...     {
    ...         "household_id": [1, 1, 1],
    ...         "basket_id": [7, 7, 8],
    ...         "day": pd.to_datetime(["2017-03-01", "2017-03-01", "2017-03-04"]),
    ...         "sales_value": [2.0, 3.0, 9.0],
    ...     }
    ... )
    >>> household_profile(tx, [2, 1], pd.Timestamp("2017-03-04")).values.tolist()
    [[0.0, 0.0, 56.0], [1.0, 5.0, 3.0]]
    """
    known = tx[(tx["day"] < asof) & (tx["day"] >= asof - pd.Timedelta(days=window))]
    by_household = known.groupby("household_id")
    profile = pd.DataFrame(
        {
            "frequency": by_household["basket_id"].nunique(),
            "monetary": by_household["sales_value"].sum(),
            "recency": (asof - by_household["day"].max()).dt.days,
        }
    )
    return profile.reindex(ids).fillna({"frequency": 0, "monetary": 0.0, "recency": window})


def leak_audit(feature_log: pd.DataFrame, label_start: pd.Timestamp) -> list[str]:
    """Name the features that have read records of the future.

    Parameters
    ----------
    feature_log : DataFrame
        Columns ``feature`` and ``source_time``: a row for each record that went into a feature. It
        is left as it is.
    label_start : Timestamp
        When the period begins that the model is to predict.

    Returns
    -------
    leaking : list of str
        The features that have at least one record from ``label_start`` or later, each once, in
        alphabetical order. A record without a time (NaT) is not counted. A tuple or an array of
        them is as good as a list.

    Examples
    --------
    >>> log = pd.DataFrame(
    ...     {
    ...         "feature": ["spend", "spend", "visits"],
    ...         "source_time": pd.to_datetime(["2017-02-01", "2017-03-05", "2017-02-27"]),
    ...     }
    ... )
    >>> leak_audit(log, pd.Timestamp("2017-03-01"))
    ['spend']
    """
    late = feature_log["source_time"] >= label_start
    return sorted(feature_log.loc[late, "feature"].unique().tolist())


def population_asof(tx: pd.DataFrame, asof: pd.Timestamp, window: int = 56) -> pd.Series:
    """Which households may be counted on a day, and which of them are silent.

    A record counts when it *happened* before ``asof`` and was also *known* before ``asof``. A
    household belongs to the population when at least one of its records counts. It is
    ``"active"`` when a record that counts happened in the last ``window`` days, that is on a day
    from ``asof - window`` to the day before ``asof``. Otherwise it is ``"silent"``.

    Parameters
    ----------
    tx : DataFrame
        Columns ``household_id`` (int), ``day`` (datetime64, midnight: when the purchase happened)
        and ``known`` (datetime64: when the record arrived in our tables). ``known`` may be days
        after ``day``. Where an order was placed in advance, ``known`` may be days before ``day``.
        NaT means that the record has not arrived. Rows come in any order. It is left as it is.
    asof : Timestamp
        A midnight.
    window : int
        Length of the window in days.

    Returns
    -------
    status : Series of str, indexed by household in ascending order
        ``"active"`` or ``"silent"``. A household that nobody knew before ``asof`` is not in it.

    Examples
    --------
    Household 1 bought in May. Its purchase of 28 June arrived on 2 July, so on 1 July it is silent.
    Household 2 bought on 20 June. Household 3 was first seen on 5 July: nobody could count it.

    >>> tx = pd.DataFrame(
    ...     {
    ...         "household_id": [1, 1, 2, 3],
    ...         "day": pd.to_datetime(["2017-05-02", "2017-06-28", "2017-06-20", "2017-07-05"]),
    ...         "known": pd.to_datetime(["2017-05-02", "2017-07-02", "2017-06-20", "2017-07-05"]),
    ...     }
    ... )
    >>> population_asof(tx, pd.Timestamp("2017-07-01"), window=30).to_dict()
    {1: 'silent', 2: 'active'}
    """
    counts = tx[(tx["day"] < asof) & (tx["known"] < asof)]
    last = counts.groupby("household_id")["day"].max()
    active = last >= asof - pd.Timedelta(days=window)
    return pd.Series(np.where(active, "active", "silent"), index=last.index)


def point_in_time_join(decisions: pd.DataFrame, log: pd.DataFrame, max_age: int = 90) -> pd.Series:
    """For each decision, the value that somebody could have read at that moment.

    Each record of the log has two times: the value *holds from* one time, and we *knew* it *at*
    another. We may know it later, when a record arrives late or corrects an older one. We may know
    it earlier, when a change is announced. A decision at time ``t`` reads one record:

    1. Only records of the same household count. They hold from a time before ``t``, and they were
       known before ``t``.
    2. Of these, the one that holds from the latest time is read. If several hold from that time,
       the one known last is read: it is the correction.
    3. The value is that of the record. It is NaN if no record counts, or if the record holds from a
       time more than ``max_age`` days before ``t``.

    Parameters
    ----------
    decisions : DataFrame
        Columns ``household_id`` and ``time`` (datetime64). Rows come in any order, a household may
        occur several times, and the index may be anything. It is left as it is.
    log : DataFrame
        Columns ``household_id``, ``holds_from`` and ``known_at`` (datetime64), and ``value``
        (float). A value of NaN means that the value was withdrawn: it is read as NaN, and no older
        value takes its place. Rows come in any order; no two rows of a household agree in both
        times. It is left as it is.
    max_age : int
        In days.

    Returns
    -------
    value : Series of float
        One value for each row of ``decisions``, in their order and with their index.

    Examples
    --------
    On 1 June the household had 40 points. That was corrected to 25 on 10 July. A decision of 1 July
    must read 40, a decision of 1 August 25. On 1 December the value is older than 90 days.

    >>> decisions = pd.DataFrame(
    ...     {
    ...         "household_id": [1, 1, 1],
    ...         "time": pd.to_datetime(["2017-07-01", "2017-08-01", "2017-12-01"]),
    ...     }
    ... )
    >>> log = pd.DataFrame(
    ...     {
    ...         "household_id": [1, 1],
    ...         "holds_from": pd.to_datetime(["2017-06-01", "2017-06-01"]),
    ...         "known_at": pd.to_datetime(["2017-06-02", "2017-07-10"]),
    ...         "value": [40.0, 25.0],
    ...     }
    ... )
    >>> point_in_time_join(decisions, log).tolist()
    [40.0, 25.0, nan]
    """
    asked = decisions[["household_id", "time"]].assign(row=np.arange(len(decisions)))
    pairs = asked.merge(log, on="household_id")
    pairs = pairs[(pairs["holds_from"] < pairs["time"]) & (pairs["known_at"] < pairs["time"])]
    read = pairs.sort_values(["holds_from", "known_at"]).drop_duplicates("row", keep="last")
    fresh = read[read["time"] - read["holds_from"] <= pd.Timedelta(days=max_age)]
    values = np.full(len(decisions), np.nan)
    values[fresh["row"]] = fresh["value"]
    return pd.Series(values, index=decisions.index)


def rfm_scores(profile: pd.DataFrame, q: int = 5) -> pd.DataFrame:
    r"""Recency, frequency and monetary value as scores from 1 to ``q``.

    .. math:: \mathrm{score} = 1 + \lfloor q \, b / n \rfloor

    where ``n`` is the number of households and ``b`` the number of those that are strictly worse.

    Parameters
    ----------
    profile : DataFrame
        Columns ``recency`` (days; fewer are better), ``frequency`` and ``monetary`` (USD; more is
        better). ``monetary`` may be negative, after refunds. Any numeric type, none missing. It is
        left as it is.
    q : int
        The best score.

    Returns
    -------
    scores : DataFrame of int
        Columns ``R``, ``F`` and ``M``, with the index of ``profile``. Equal values get equal
        scores, however many there are. The floor is that of the exact fraction: no score is missed
        because 0.1 is not exact in binary.

    Examples
    --------
    Frequency: no household is worse than the two with 1, so they get 1. Two of four are worse than
    the third: 1 + floor(5 x 2 / 4) = 3.

    >>> profile = pd.DataFrame(
    ...     {"recency": [30, 20, 10, 1], "frequency": [1, 1, 4, 9], "monetary": [5, 6, 7, 8]}
    ... )
    >>> rfm_scores(profile).values.tolist()
    [[1, 1, 1], [2, 1, 2], [3, 3, 3], [4, 4, 4]]
    """
    # A narrow unsigned integer cannot be negated.
    numbers = profile[["recency", "frequency", "monetary"]].astype("float64")
    better_when_more = {
        "R": -numbers["recency"],
        "F": numbers["frequency"],
        "M": numbers["monetary"],
    }
    return pd.DataFrame({name: _scores(values, q) for name, values in better_when_more.items()})


def _scores(values: pd.Series, q: int) -> pd.Series:
    n_worse = values.rank(method="min").astype(int) - 1
    return 1 + q * n_worse // len(values)


def kill_rfm(fn) -> bool:
    """Test an implementation of `rfm_scores`: True if it is right, False if it is wrong.

    Your test is tried on right implementations, each written differently, and on eight wrong ones,
    each with one planted mistake. All eight give the right scores on the docstring example of
    `rfm_scores`. Your test must accept every right one and reject at least seven of the eight. An
    exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(profile, q)``, with the contract of `rfm_scores`.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> kill_rfm(rfm_scores)
    True
    >>> kill_rfm(lambda profile, q: rfm_scores(profile, q) + 1)
    False
    """
    profile = pd.DataFrame(
        {
            "recency": [3, 56, 12, 56, 1, 40, 3, 56, 56, 8],
            "frequency": [9, 0, 4, 0, 9, 1, 2, 0, 0, 3],
            "monetary": [80.0, 0.0, 300.0, 0.0, 9.5, 7.25, 7.0, 0.0, 0.0, -20.0],
        },
        index=[5, 3, 8, 1, 2, 9, 4, 0, 7, 6],
    )
    # Ten classes of ten households: a score is 1 more than how many households are worse.
    expected = {
        "R": [8, 1, 6, 1, 10, 5, 8, 1, 1, 7],
        "F": [9, 1, 8, 1, 9, 5, 6, 1, 1, 7],
        "M": [9, 2, 10, 2, 8, 7, 6, 2, 2, 1],
    }
    scores = fn(profile.copy(), 10)
    same = all(scores[name].tolist() == values for name, values in expected.items())
    return same and scores.index.equals(profile.index)


def coverage_by_value(monetary: pd.Series, has_demo: pd.Series, q: int = 5) -> pd.Series:
    """Share of the households of each class of value whose demographics are known.

    Parameters
    ----------
    monetary : Series of float
        What each household spent, in USD; the index names the households.
    has_demo : Series of bool
        Whether a household has demographics. The index names the households, in any order. A
        household that is not in the index has none. A name that is not in the index of ``monetary``
        is ignored. ``monetary`` and ``has_demo`` are left as they are.
    q : int
        The number of classes of value. The class is the score ``M`` of `rfm_scores`.

    Returns
    -------
    coverage : Series of float, indexed 1 to ``q``
        Of *all* households in the class, the share that has demographics. NaN for a class without
        households. The labels of the index are whole numbers; as floats they are as good.

    Examples
    --------
    Class 1 holds a and b: neither has demographics. Class 2 holds c and d: one of two has.

    >>> monetary = pd.Series([1.0, 2.0, 3.0, 4.0], index=["a", "b", "c", "d"])
    >>> coverage_by_value(monetary, pd.Series([True], index=["d"]), q=2).to_dict()
    {1: 0.0, 2: 0.5}
    """
    known = has_demo.index[has_demo.astype(bool)]
    has = pd.Series(monetary.index.isin(known), index=monetary.index).astype(float)
    classes = _scores(monetary.astype("float64"), q)
    return has.groupby(classes.to_numpy()).mean().reindex(range(1, q + 1))
