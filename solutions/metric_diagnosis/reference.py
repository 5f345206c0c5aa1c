"""A metric moved: is the number right, is it unusual, where does the change sit.

Sources: Rousseeuw and Croux, "Alternatives to the median absolute deviation" (1993), for the factor
1.4826; Ang, "The LMDI approach to decomposition analysis: a practical guide", Energy Policy 33
(2005), for the effects of factors; Simpson, "The interpretation of interaction in contingency
tables" (1951), for the reversal; Kulldorff, "A spatial scan statistic" (1997), for the score by
which a group of cells is found.
"""

import copy
import itertools
import math

import numpy as np
import pandas as pd


def break_diagnosis(
    defect: str,
) -> tuple[list[tuple[int, str, str, int, int, int]], int]:
    """Return a table on which a report with one known defect is wrong.

    The correct ``report(rows, end)`` compares two weeks: the days ``end - 14`` to ``end - 8`` are
    the earlier week, the days ``end - 7`` to ``end - 1`` the later one. It returns four values:

    1. sales: the money of the later week minus that of the earlier one;
    2. conversion: the same difference of orders per visit, where orders and visits are added up
       over all rows of a week first (a week without a row has conversion 0);
    3. direction: whether conversion rose (1) or fell (-1) *within* the segments. Only segments with
       rows in both weeks count. The change of a segment is its conversion in the later week minus
       that in the earlier week; its orders and its visits of a week are added up first. The value
       is the sign of the mean change, where each segment weighs as much as its visits of both weeks
       together. It is 0 if that mean is less than 1e-9 in size, or if no segment counts;
    4. most_fell: whether more than half of the users with a row in either week spent less money
       in the later week than in the earlier one. No row in a week means 0 spent in it.

    A report with a defect differs from it in one thing. You have to show each defect with an input
    on which at least one of the four values differs.

    Parameters
    ----------
    defect : str
        One of

        - ``"incomplete_day"``: the day ``end``, which is not over, counts in the later week too;
        - ``"weekday_ignored"``: sales is the money of day ``end - 1`` minus that of the day before;
        - ``"mean_of_ratios"``: the conversion of a week is the mean, over the users with a row in
          that week, of a user's orders per visit. Orders and visits of all her rows of that week
          are added up first;
        - ``"only_visits_that_ordered"``: rows with 0 orders are lost before anything is computed;
        - ``"mix_read_as_rate"``: direction is the sign of the second value, conversion;
        - ``"one_whale"``: most_fell says whether the first value, sales, is below 0.

    Returns
    -------
    rows : list of (int, str, str, int, int, int)
        Day, segment, user, visits, orders and money; at most 12 rows. Segment and user are text,
        such as ``"app"`` and ``"u1"``; the rest are whole numbers. Days are from 0 to ``end``,
        visits from 1 to 1,000, orders from 0 to the visits of the row, money from 0 to 10,000. A
        row without an order has no money.
    end : int
        The first day that is not complete, from 14 to 20.

    Examples
    --------
    >>> rows, end = break_diagnosis("incomplete_day")
    >>> len(rows) <= 12 and 14 <= end <= 20
    True
    """
    steady = [(3, "app", "u", 10, 2, 50), (10, "app", "u", 10, 2, 50)]
    if defect == "incomplete_day":
        return [*steady, (14, "app", "u", 4, 1, 20)], 14
    if defect == "weekday_ignored":
        weekend = [(5, 30), (6, 40), (12, 30), (13, 40)]
        return [(day, "app", "u", 10, 2, money) for day, money in weekend], 14
    if defect == "mean_of_ratios":
        before = [(0, "app", "u", 100, 10, 50), (0, "app", "v", 1, 1, 5)]
        return [*before, (7, "app", "u", 100, 20, 50), (7, "app", "v", 1, 0, 0)], 14
    if defect == "only_visits_that_ordered":
        return [*steady, (3, "app", "v", 10, 0, 0), (10, "app", "v", 30, 0, 0)], 14
    if defect == "mix_read_as_rate":
        before = [(0, "new", "u", 10, 1, 5), (0, "old", "v", 90, 45, 5)]
        return [*before, (7, "new", "u", 90, 18, 5), (7, "old", "v", 10, 6, 5)], 14
    users = [("w", 900, 100), ("u", 10, 11), ("v", 10, 11)]
    days = [(day, at) for at, day in enumerate((0, 7))]
    return [(day, "app", name, 10, 2, spent[at]) for day, at in days for name, *spent in users], 14


def weekday_band(
    y: np.ndarray,
    t: int,
    n_weeks: int = 8,
    skip: tuple[int, ...] | list[int] = (),
    width: float = 3.0,
) -> tuple[float, float, float]:
    """What to expect of a day, from the same weekday in the weeks before it.

    The history of day ``t`` are the values of the days ``t - 7``, ``t - 14``, ..., ``t - 7 *
    n_weeks``. Of these days a day is left out if it lies before the first day of ``y``, if it is in
    ``skip``, or if its value is NaN. What is left out is not replaced by an older week.

    Parameters
    ----------
    y : ndarray of float, shape (n_days,)
        A value for each day, oldest first. NaN on days when the shop was closed. It is left as it
        is.
    t : int
        The day that is judged, as a position in ``y``. Its own value and all later values play no
        part; any of them may be NaN or infinite.
    n_weeks : int
        How many weeks back to look, 1 or more.
    skip : tuple or list of int
        Positions of days, in any order, that are no example of their weekday, such as holidays.
        Their values may be anything.
    width : float
        Half the width of the band, in robust standard deviations; 0 or more.

    Returns
    -------
    expected, low, high : float
        With h the history: ``expected`` is the median of h. One robust standard deviation is 1.4826
        times the median of |h - expected|; ``low`` and ``high`` lie ``width`` of these below and
        above ``expected``. If these deviations have the median 0, all three are equal. If fewer
        than 4 values are left in h, all three are NaN.

    Examples
    --------
    Four Mondays: 10, 12, 14 and 50. The median is 13, the deviations are 3, 1, 1 and 37, and their
    median is 2. The one wild Monday moves little: the band is 13 ± 3 · 1.4826 · 2.

    >>> y = np.full(29, 5.0)
    >>> y[[0, 7, 14, 21]] = [10, 12, 14, 50]
    >>> weekday_band(y, 28)
    (13.0, 4.1044, 21.8956)
    """
    y = np.asarray(y, dtype=float)
    left_out = {int(day) for day in skip}
    days = [t - 7 * k for k in range(1, n_weeks + 1)]
    history = np.array([y[day] for day in days if day >= 0 and day not in left_out])
    history = history[~np.isnan(history)]
    if len(history) < 4:
        return float("nan"), float("nan"), float("nan")
    expected = float(np.median(history))
    spread = 1.4826 * float(np.median(np.abs(history - expected)))
    return expected, expected - width * spread, expected + width * spread


def gmv_effects(before: list[list[float]], after: list[list[float]]) -> list[list[float]]:
    """Divide the change of each segment's money among three factors, with nothing left over.

    The money of a segment is users × (orders / users) × (money / orders). Its change is the sum of
    three effects: of the number of users, of orders per user, and of money per order.

    Parameters
    ----------
    before, after : list of [users, orders, money]
        One row per segment, the same segments in the same order; numbers of 0 or more. A segment
        without users has no orders, and one without orders has no money. Both are left as they are.

    Returns
    -------
    effects : list of [float, float, float]
        One row per segment, in the unit of the money; a row can be a tuple. The three effects add
        up to the money after minus the money before.

        - The money is above 0 in both periods: the effect of a factor is the logarithm of (its
          value after / its value before), times the logarithmic mean of the segment's two amounts
          of money. The logarithmic mean of a and b is (a - b) / (ln a - ln b), and a where both are
          equal (the additive LMDI method).
        - The money is 0 in both periods: the effects are 0, 0, 0.
        - The money is 0 in one period: one effect is the whole change, and the other two are 0. If
          the users of that period are 0, it is the effect of users; if it has users and no orders,
          that of orders per user; if it has orders, that of money per order.

    Examples
    --------
    Twice the users, all else equal, and a segment that is new:

    >>> gmv_effects([[10, 20, 100], [0, 0, 0]], [[20, 40, 200], [5, 9, 70]])
    [[100.0, 0.0, 0.0], [70.0, 0.0, 0.0]]

    The users are still there and stop ordering:

    >>> gmv_effects([[50, 40, 80]], [[50, 0, 0]])
    [[0.0, -80.0, 0.0]]

    The money did not change, and yet two things happened. The logarithmic mean of 100 and 100 is
    100, and 100 · ln 2 = 69.31:

    >>> [[round(e, 2) for e in row] for row in gmv_effects([[10, 20, 100]], [[20, 20, 100]])]
    [[69.31, -69.31, 0.0]]
    """
    return [_three_effects(b, a) for b, a in zip(before, after, strict=True)]


def _three_effects(before, after):
    before, after = ([float(x) for x in row] for row in (before, after))
    money_before, money_after = before[2], after[2]
    change = money_after - money_before
    if money_before == money_after == 0:
        return [0.0, 0.0, 0.0]
    if money_before == 0 or money_after == 0:
        empty = before if money_before == 0 else after
        first = empty.index(0.0)
        return [change if place == first else 0.0 for place in range(3)]
    # Close to equality the quotient is 0/0; the mean of the two is then exact to the last digits.
    log_ratio = math.log(money_after / money_before)
    mean = change / log_ratio if abs(log_ratio) > 1e-9 else (money_before + money_after) / 2
    factors = [(users, orders / users, money / orders) for users, orders, money in (before, after)]
    return [mean * math.log(new / old) for old, new in zip(*factors, strict=True)]


def mix_and_rate(
    before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    """Divide the change of a ratio into mix and rate, segment by segment.

    A ratio, such as orders per visit, can fall because segments do worse (rate), or because a
    segment with a low ratio has become a larger part of the whole (mix).

    Parameters
    ----------
    before, after : dict of str to (float, float)
        Numerator and denominator of each segment, numbers of 0 or more. A segment may be missing in
        one period, which means the same as (0, 0). Where a denominator is 0, so is the numerator.
        Both are left as they are.

    Returns
    -------
    parts : dict of str to (float, float)
        Mix and rate of each segment that is named in either period, as a tuple or a list; the
        segments come in any order. A segment's share is its
        denominator over the sum of all denominators of the period; its rate is its numerator over
        its denominator; the total rate of a period is the sum of its numerators over the sum of its
        denominators.

        - rate: the change of the segment's rate, times the mean of its two shares.
        - mix: the change of its share, times how far the segment lies above the whole. That is the
          mean of the segment's two rates, minus the mean of the total rate before and the total
          rate after.

        A segment with a denominator of 0 in one period has no rate there: its rate of the other
        period stands for both. With a denominator of 0 in both periods its parts are (0, 0). All
        parts of all segments add up to the change of the total rate.

    Raises
    ------
    ValueError
        When a period has no segment with a denominator above 0.

    Examples
    --------
    No segment's rate moves: 0.4 in the app, 0.2 on the web. The web grows, and the total falls from
    60/200 = 0.3 to 50/200 = 0.25. The mean total is 0.275, and the share of the app falls by 0.25:
    -0.25 · (0.4 - 0.275) = -0.03125.

    >>> before, after = {"app": (40, 100), "web": (20, 100)}, {"app": (20, 50), "web": (30, 150)}
    >>> parts = mix_and_rate(before, after)
    >>> {name: (round(mix, 5), rate) for name, (mix, rate) in parts.items()}
    {'app': (-0.03125, 0.0), 'web': (-0.01875, 0.0)}
    """
    names = [*before, *(name for name in after if name not in before)]
    totals = [[sum(float(pair[i]) for pair in p.values()) for i in (0, 1)] for p in (before, after)]
    if any(denominator == 0 for _, denominator in totals):
        raise ValueError("A period without a denominator has no rate: give both periods data.")
    centre = sum(numerator / denominator for numerator, denominator in totals) / 2
    parts = {}
    for name in names:
        pairs = [tuple(map(float, p.get(name, (0, 0)))) for p in (before, after)]
        known = [n / d for n, d in pairs if d > 0]
        if not known:
            parts[name] = (0.0, 0.0)
            continue
        r0, r1 = known[0], known[-1]
        w0, w1 = (pair[1] / total[1] for pair, total in zip(pairs, totals, strict=True))
        parts[name] = ((w1 - w0) * ((r0 + r1) / 2 - centre), (w0 + w1) / 2 * (r1 - r0))
    return parts


def adjusted_difference(
    before: dict[str, tuple[float, float]], after: dict[str, tuple[float, float]]
) -> tuple[float, float, bool]:
    """The change of a ratio, as it is and at one fixed mix, and whether the two disagree.

    Parameters
    ----------
    before, after : dict of str to (float, float)
        Numerator and denominator of each stratum, whole numbers of 0 or more. A stratum may be
        missing in one period. Where a denominator is 0, so is the numerator. Both are left as they
        are.

    Returns
    -------
    crude : float
        The ratio of sums after minus the ratio of sums before, over *all* strata of a period.
    adjusted : float
        Over the *common* strata, whose denominator is above 0 in both periods: the mean of their
        changes (ratio after minus ratio before), each weighted by its denominators of both periods
        added together.
    turned : bool
        Whether one of the two differences is above 1e-12 and the other below -1e-12.

    Notes
    -----
    Without a common stratum ``adjusted`` is NaN and ``turned`` is False. If a period has no
    denominator above 0 at all, ``crude`` is NaN as well.

    Examples
    --------
    Both groups improve by 0.1. All together fall from 46/100 to 24/100: Simpson's paradox.

    >>> before, after = {"new": (1, 10), "old": (45, 90)}, {"new": (18, 90), "old": (6, 10)}
    >>> crude, adjusted, turned = adjusted_difference(before, after)
    >>> round(crude, 2), round(adjusted, 2), turned
    (-0.22, 0.1, True)
    """
    before, after = (
        {name: (float(n), float(d)) for name, (n, d) in p.items() if d > 0} for p in (before, after)
    )
    if not before or not after:
        return float("nan"), float("nan"), False
    ratios = [
        sum(n for n, _ in p.values()) / sum(d for _, d in p.values()) for p in (before, after)
    ]
    crude = ratios[1] - ratios[0]
    common = [name for name in before if name in after]
    if not common:
        return crude, float("nan"), False
    weights = [before[name][1] + after[name][1] for name in common]
    changes = [after[s][0] / after[s][1] - before[s][0] / before[s][1] for s in common]
    adjusted = sum(w * c for w, c in zip(weights, changes, strict=True)) / sum(weights)
    low, high = sorted((crude, adjusted))
    return crude, adjusted, low < -1e-12 and high > 1e-12


def kill_decomposition(fn) -> bool:
    """Test a decomposition of the change of a ratio: True if it is right, False if it is wrong.

    Several decompositions are right, and they give different numbers. So a right one is known by
    what always holds of it, not by its values. ``fn`` is right if for all inputs that its contract
    allows (numbers that differ by at most 1e-9 are the same)

    - the keys of its result are exactly the segments named in either period;
    - the contributions add up to the change of the total ratio, after minus before;
    - with the two periods swapped, every contribution has the opposite sign and the same size;
    - a segment whose share of the denominators and whose ratio are the same in both periods
      contributes 0;
    - ten times all numbers of one period change no contribution;
    - it leaves its arguments as they were.

    Your test is tried on five right implementations, which make three different choices, and on
    fourteen wrong ones, each with one planted mistake. It must accept every right one and reject at
    least twelve of the fourteen. An exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(before, after)`` takes two dicts of segment to (numerator, denominator) and returns a
        dict of segment to contribution, one float each. A segment may be missing in one of the
        periods. Give it only inputs that its contract allows: each period has at least one segment,
        and every numerator and every denominator is a number above 0. Two segments, or one, are
        enough. On other inputs, such as an empty period or a 0, a right implementation may fail.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> def all_to_the_last(before, after):
    ...     (n0, d0), (n1, d1) = (np.sum(list(p.values()), axis=0) for p in (before, after))
    ...     names = sorted({*before, *after})
    ...     return dict.fromkeys(names, 0.0) | {names[-1]: n1 / d1 - n0 / d0}
    >>> kill_decomposition(all_to_the_last)
    False
    """
    cases = [
        # A shift of the mix with changing rates; a segment that stands still; one new, one gone.
        ({"a": (30, 100), "b": (40, 50)}, {"a": (50, 60), "b": (20, 140)}),
        (
            {"still": (20, 100), "gone": (30, 60), "c": (8, 40)},
            {"still": (10, 50), "new": (21, 35), "c": (6, 15)},
        ),
    ]
    for before, after in cases:
        given = copy.deepcopy((before, after))
        parts = fn(before, after)
        if (before, after) != given:
            return False
        (n0, d0), (n1, d1) = (map(sum, zip(*p.values(), strict=True)) for p in (before, after))
        tenfold = {name: (10 * n, 10 * d) for name, (n, d) in after.items()}
        back, scaled = fn(after, before), fn(before, tenfold)
        if not set(parts) == set(back) == set(scaled) == {*before, *after}:
            return False
        if (
            abs(sum(parts.values()) - (n1 / d1 - n0 / d0)) > 1e-9
            or abs(parts.get("still", 0)) > 1e-9
        ):
            return False
        if any(abs(parts[s] + back[s]) > 1e-9 or abs(parts[s] - scaled[s]) > 1e-9 for s in parts):
            return False
    return True


def find_cause(cases: list[pd.DataFrame]) -> list[dict[str, int]]:
    """Find in each case the group of orders that fell, described by one or two dimensions.

    The cases are simulated. In each, one cause made the orders of one group fall by 20 to 60 %. The
    group is either one value of one dimension (channel 2) or a pair of values of two dimensions
    (channel 2 on device 0). It was expected to have 2 to 25 % of all orders. Everything else has
    only noise: the whole level is off by up to 3 %, the expectation of each cell is off by about
    25 %, and the orders are counts.

    Your groups are scored by their overlap with the truth: the expected orders in both groups over
    the expected orders in at least one of them, averaged over the cases. Points rise from the
    single value with the largest absolute fall to the reference; 90 % of the way earns full marks.
    There are 100 cases of 600 rows, and the call may take 20 seconds.

    Parameters
    ----------
    cases : list of DataFrame
        Each has one row per cell, a combination of values that occurs: ``city``, ``channel``,
        ``device`` and ``category`` (whole numbers from 0), ``expected`` (orders, above 0) and
        ``actual`` (orders, a whole number of 0 or more).

    Returns
    -------
    groups : list of dict of str to int
        For each case, in order, one or two dimensions, each with the value that the group has, as a
        whole number of Python or NumPy. At least one cell of the case belongs to the group.

    Examples
    --------
    Only channel 1 falls, in both cities.

    >>> case = pd.DataFrame({"city": [0, 0, 1, 1], "channel": [0, 1, 0, 1], "device": 0})
    >>> case = case.assign(category=[0, 1, 2, 3], expected=100.0, actual=[101, 50, 99, 52])
    >>> find_cause([case])
    [{'channel': 1}]
    """
    return [_most_likely_group(case) for case in cases]


def _most_likely_group(case):
    names = ["city", "channel", "device", "category"]
    expected, actual = (case[name].to_numpy(float) for name in ("expected", "actual"))
    best, best_score = {}, -math.inf
    for group in [*itertools.combinations(names, 1), *itertools.combinations(names, 2)]:
        values = case[list(group)].to_numpy().T
        sizes = values.max(axis=1) + 1
        number = np.ravel_multi_index(values, sizes)
        e, a = np.bincount(number, expected), np.bincount(number, actual)
        rest_e, rest_a = expected.sum() - e, actual.sum() - a
        # How much more likely the counts are with one level inside the group and one outside it.
        scores = _x_log_ratio(a, e) + _x_log_ratio(rest_a, rest_e)
        scores[a * rest_e >= rest_a * e] = -math.inf
        if scores.max() > best_score:
            best_score = scores.max()
            found = np.unravel_index(scores.argmax(), sizes)
            best = {name: int(value) for name, value in zip(group, found, strict=True)}
    return best


def _x_log_ratio(actual, expected):
    ratio = np.divide(actual, expected, out=np.ones(len(actual)), where=actual > 0)
    return actual * np.log(ratio)
