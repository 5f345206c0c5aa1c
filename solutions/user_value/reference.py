"""From raw purchases to the profile table that everything else reads.

Source: Hughes, "Strategic Database Marketing" (1994), for recency, frequency and monetary value.
The formula of the scores is ours, so that equal values get equal scores.
"""

import numpy as np
import pandas as pd


def break_profile(defect: str) -> tuple[list[tuple[int, int, int, int, float]], list[int], int]:
    """Return purchases on which a profile table with one known defect is wrong.

    The correct ``profile(lines, ids, asof)`` has one row for each of ``ids``, in their order: the
    number of different baskets, the sales and the days since the last purchase, all over the days
    before ``asof`` and not more than 30 days back. Without a purchase there it is ``(0, 0.0, 30)``.

    Parameters
    ----------
    defect : str
        One of

        - ``"lines_for_baskets"``: the lines of the receipts are counted;
        - ``"recency_from_last_day"``: days are counted back from the last day in the data;
        - ``"silent_households_dropped"``: whoever bought nothing has no row;
        - ``"quantity_for_money"``: quantities are added up;
        - ``"asof_day_included"``: the day ``asof`` belongs to the past;
        - ``"no_window"``: purchases of any age count.

    Returns
    -------
    lines : list of (int, int, int, int, float)
        Household, basket, day, quantity and sales in USD; at most 10 lines.
    ids : list of int
        The households to describe, each once.
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
        The time zone of the shop, daylight saving included.

    Returns
    -------
    day : Series of datetime64
        Local midnight, without a time zone; NaT stays NaT. The same index.

    Examples
    --------
    In January New York is five hours behind, in July four: 04:30 UTC is yesterday, then today.

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
        The profile knows what was known when this day began.
    window : int
        How many days back it looks: days from ``asof - window`` to the day before ``asof`` count.

    Returns
    -------
    profile : DataFrame, indexed by ``ids`` in their order
        ``frequency``: different baskets; ``monetary``: sum of sales; ``recency``: days from the
        last purchase to ``asof``, at least 1. A household without a purchase in the window has 0,
        0 and ``window``.

    Examples
    --------
    One basket of two lines, three days before; the purchase of the day itself is not known yet.

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


def share_of_wallet(tx: pd.DataFrame, ids: list[int], level: str) -> pd.DataFrame:
    """How each household's spending is divided.

    Parameters
    ----------
    tx : DataFrame
        Columns ``household_id``, ``sales_value`` (USD, 0 or more), ``quantity`` and ``level``.
    ids : list of int
        The households to describe; some may not occur in ``tx``.
    level : str
        By which column to divide, such as ``"department"``. A missing value is ``"UNKNOWN"``.

    Returns
    -------
    shares : DataFrame, indexed by ``ids`` in their order
        A column for each value of ``level`` in ``tx``, whoever bought it, in any order. Shares of
        *sales*, for units differ between departments. A row sums to 1, or is all 0 for a household
        that spent nothing.

    Examples
    --------
    Three of four dollars went into fuel, though the quantity would say nearly all.

    >>> tx = pd.DataFrame(
    ...     {
    ...         "household_id": [1, 1],
    ...         "sales_value": [3.0, 1.0],
    ...         "quantity": [1200, 1],
    ...         "department": ["FUEL", None],
    ...     }
    ... )
    >>> share_of_wallet(tx, [1, 5], "department").to_dict("list")
    {'FUEL': [0.75, 0.0], 'UNKNOWN': [0.25, 0.0]}
    """
    spent = tx.assign(**{level: tx[level].fillna("UNKNOWN")}).pivot_table(
        index="household_id", columns=level, values="sales_value", aggfunc="sum", fill_value=0.0
    )
    spent = spent.reindex(ids, fill_value=0.0)
    total = spent.sum(axis=1)
    return spent.div(total.where(total > 0, 1.0), axis=0)


def rfm_scores(profile: pd.DataFrame, q: int = 5) -> pd.DataFrame:
    r"""Recency, frequency and monetary value as scores from 1 to ``q``.

    .. math:: \mathrm{score} = 1 + \lfloor q \, b / n \rfloor

    where ``b`` of ``n`` households are strictly worse.

    Parameters
    ----------
    profile : DataFrame
        Columns ``recency`` (fewer days are better), ``frequency`` and ``monetary`` (more is
        better).
    q : int
        The best score.

    Returns
    -------
    scores : DataFrame of int
        Columns ``R``, ``F`` and ``M``, with the index of ``profile``. Equal values get equal
        scores, however many there are.

    Examples
    --------
    None of the four is worse than the two with frequency 1, two are worse than the third.

    >>> profile = pd.DataFrame(
    ...     {"recency": [30, 20, 10, 1], "frequency": [1, 1, 4, 9], "monetary": [5, 6, 7, 8]}
    ... )
    >>> rfm_scores(profile).values.tolist()
    [[1, 1, 1], [2, 1, 2], [3, 3, 3], [4, 4, 4]]
    """
    better_when_more = {
        "R": -profile["recency"],
        "F": profile["frequency"],
        "M": profile["monetary"],
    }
    return pd.DataFrame({name: _scores(values, q) for name, values in better_when_more.items()})


def _scores(values: pd.Series, q: int) -> pd.Series:
    n_worse = values.rank(method="min") - 1
    return (1 + np.floor(q * n_worse / len(values))).astype(int)


def kill_rfm(fn) -> bool:
    """Test an implementation of `rfm_scores`: True if it is right, False if it is wrong.

    Your test is tried on right implementations, each written differently, and on seven wrong ones,
    each with one planted mistake. It must accept every right one and reject at least six of the
    seven. An exception that leaves your test counts as a rejection.

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
            "recency": [3, 56, 12, 56, 1, 40, 3],
            "frequency": [9, 0, 4, 0, 9, 1, 2],
            "monetary": [80.0, 0.0, 300.0, 0.0, 9.5, 7.0, 7.0],
        },
        index=[5, 3, 8, 1, 2, 9, 4],
    )
    return all(
        fn(profile, q).astype(int)[["R", "F", "M"]].equals(rfm_scores(profile, q)) for q in (5, 3)
    )


def coverage_by_value(monetary: pd.Series, has_demo: pd.Series, q: int = 5) -> pd.Series:
    """Share of the households of each class of value whose demographics are known.

    Parameters
    ----------
    monetary : Series of float
        What each household spent; the index names the households.
    has_demo : Series of bool
        Whether a household has demographics, by name, in any order. A household that is not in it
        has none; a name that ``monetary`` does not hold is ignored.
    q : int
        Into how many classes of value to divide, with the scores of `rfm_scores`.

    Returns
    -------
    coverage : Series of float, indexed 1 to ``q``
        The share of *all* households of the class that have demographics; NaN for a class without
        households.

    Examples
    --------
    Of the two households that spent less nobody has demographics, of the other two one has.

    >>> monetary = pd.Series([1.0, 2.0, 3.0, 4.0], index=["a", "b", "c", "d"])
    >>> coverage_by_value(monetary, pd.Series([True], index=["d"]), q=2).to_dict()
    {1: 0.0, 2: 0.5}
    """
    known = has_demo[has_demo].index
    has = pd.Series(monetary.index.isin(known), index=monetary.index).astype(float)
    classes = _scores(monetary, q)
    return has.groupby(classes.to_numpy()).mean().reindex(range(1, q + 1))


def leak_audit(feature_log: pd.DataFrame, label_start: pd.Timestamp) -> list[str]:
    """Name the features that have seen the future.

    Parameters
    ----------
    feature_log : DataFrame
        Columns ``feature`` and ``source_time``: a row for each record that went into a feature.
    label_start : Timestamp
        When the period begins that the model is to predict.

    Returns
    -------
    leaking : list of str
        The features of which at least one record is from ``label_start`` or later, in the order of
        the alphabet, each once. A record without a time (NaT) proves nothing.

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
