"""Reference implementations: risk scores, what they are worth, and what is done with them."""

from __future__ import annotations

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier


def break_review_list(defect: str) -> tuple[list[float], list[float], float, int]:
    """Return orders for which a review list with one known defect is wrong.

    The correct ``review_list(p, amount, cost, n)`` gives the reviewers at most ``n`` orders: those
    whose expected loss ``p * amount`` is at least what a review costs, the largest expected loss
    first, and of equals the lower number first. It returns the numbers of the orders, from 0.

    Parameters
    ----------
    defect : str
        One of

        - ``"half_is_the_threshold"``: all with ``p`` of 0.5 or more are reviewed, and no others;
        - ``"probability_rounded"``: ``predict`` is used for ``predict_proba``: each ``p`` becomes 0
          or 1 first, 0.5 becoming 1;
        - ``"amount_forgotten"``: the largest ``p`` comes first;
        - ``"dear_orders_first"``: the largest amount comes first;
        - ``"cost_forgotten"``: the list is filled, whether or not a review pays;
        - ``"wrong_column"``: ``p`` is taken for the probability that the order is honest.

    Returns
    -------
    p : list of float
        The probability that each order is fraudulent, 0 to 1. From 1 to 8 orders.
    amount : list of float
        What each order is worth, above 0 and at most 1,000 USD.
    cost : float
        What a review costs, above 0 and at most 100 USD.
    n : int
        How many orders at most, from 1 to 8.

    Examples
    --------
    >>> p, amount, cost, n = break_review_list("half_is_the_threshold")
    >>> len(p) == len(amount)
    True
    """
    inputs: dict[str, tuple[list[float], list[float], float, int]] = {
        "half_is_the_threshold": ([0.1], [500.0], 5.0, 1),
        "probability_rounded": ([0.6, 0.9], [100.0, 90.0], 5.0, 1),
        "amount_forgotten": ([0.9, 0.3], [20.0, 500.0], 5.0, 1),
        "dear_orders_first": ([0.9, 0.1], [100.0, 200.0], 5.0, 1),
        "cost_forgotten": ([0.01], [10.0], 5.0, 1),
        "wrong_column": ([0.9, 0.1], [100.0, 100.0], 5.0, 1),
    }
    return inputs[defect]


def average_precision(y: np.ndarray, s: np.ndarray) -> float:
    r"""Precision, averaged over the frauds, from the riskiest order down.

    .. math:: \mathrm{AP} = \sum_k (R_k - R_{k-1}) \, P_k

    where :math:`P_k` and :math:`R_k` are precision and recall of all orders that score at least the
    ``k``-th largest *distinct* score, and :math:`R_0 = 0`.

    Parameters
    ----------
    y : ndarray of int or bool, shape (n,)
        1 for fraud, 0 for honest.
    s : ndarray, shape (n,)
        Scores, higher is riskier; any scale, negative numbers too. Orders with the same score come
        in together: no order among them may matter.

    Returns
    -------
    ap : float
        From 0 to 1. NaN when there is no fraud, and for no orders at all.

    Notes
    -----
    The points are not joined by lines: that would promise precision that no threshold reaches
    (Davis and Goadrich 2006).

    Examples
    --------
    Frauds in places 1 and 3: half of them at precision 1, the other half at precision 2/3.

    >>> round(average_precision(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])), 4)
    0.8333

    One score for all: whoever flags one flags everybody, at a precision of 1/4.

    >>> average_precision(np.array([1, 0, 0, 0]), np.array([5, 5, 5, 5]))
    0.25
    """
    fraud, score = np.asarray(y, dtype=float), np.asarray(s, dtype=float)
    if not fraud.sum():
        return float("nan")
    order = np.argsort(-score, kind="stable")
    last_of_equals = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    caught = fraud[order].cumsum()[last_of_equals]
    precision = caught / (last_of_equals + 1)
    return float((np.diff(caught, prepend=0) * precision).sum() / fraud.sum())


def review_decision(
    p: np.ndarray, amount: np.ndarray, cost: float, recovery: float = 1.0
) -> np.ndarray:
    """Which orders are worth a review.

    Parameters
    ----------
    p : ndarray, shape (n,)
        The probability that each order is fraudulent.
    amount : ndarray, shape (n,)
        What is lost if it is, USD.
    cost : float
        What one review costs, fraud or not, USD.
    recovery : float
        The share of the amount that a review saves if the order is fraudulent, 0 to 1.

    Returns
    -------
    review : ndarray of bool, shape (n,)
        True where the money expected to be saved is at least the cost: a review that breaks even is
        made.

    Examples
    --------
    At 5 USD a review, 1 % of 900 USD pays, and half of 8 USD does not.

    >>> review_decision(np.array([0.01, 0.5]), np.array([900.0, 8.0]), cost=5.0)
    array([ True, False])
    """
    return np.asarray(p) * np.asarray(amount) * recovery >= cost


def matured_time_split(t: np.ndarray, cutoff: float, delay: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows to judge by, when labels take time to arrive.

    A fraud is reported up to ``delay`` days after the order. Until then an order without a report
    is not honest: it is not known. On the day of the cutoff the model is trained.

    Parameters
    ----------
    t : ndarray, shape (n,)
        The day of each order, in any order.
    cutoff : float
        The day on which the model is trained.
    delay : float
        Days until a label is final, 0 or more.

    Returns
    -------
    train, test : ndarray of int
        Row numbers, from 0, each ascending. ``train``: orders from before the cutoff whose label
        is final by then, ``t + delay <= cutoff``. ``test``: orders from the cutoff on,
        ``t >= cutoff``; their labels may come when they come. The rows in between are in neither,
        and no row is in both, with a delay of 0 either. A part without rows is empty.

    Examples
    --------
    The order of day 70 may still be reported on day 130: on day 100 it teaches nothing.

    >>> train, test = matured_time_split(np.array([120, 40, 70, 100, 10]), cutoff=100, delay=60)
    >>> train.tolist(), test.tolist()
    ([1, 4], [0, 3])
    """
    days = np.asarray(t)
    train = (days + delay <= cutoff) & (days < cutoff)
    return np.flatnonzero(train), np.flatnonzero(days >= cutoff)


def kill_matured_split(fn) -> bool:
    """Test an implementation of `matured_time_split`: True if it is right, False if it is wrong.

    Your test is tried on right implementations, each written differently, and on eight wrong ones,
    each with one planted mistake. It must accept every right one and reject at least seven of the
    eight. An exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(t, cutoff, delay)``, with the contract of `matured_time_split`. It may return lists or
        arrays.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> kill_matured_split(matured_time_split)
    True
    >>> kill_matured_split(lambda t, cutoff, delay: ([], []))
    False
    """
    t = np.array([130, 40, 99, 41, 100, 0, 39, 101])
    cases = [
        ((t, 100, 60), ([1, 5, 6], [0, 4, 7])),
        ((t, 100, 0), ([1, 2, 3, 5, 6], [0, 4, 7])),
        ((t, 10, 60), ([], [0, 1, 2, 3, 4, 6, 7])),
        ((t, 500, 10), ([0, 1, 2, 3, 4, 5, 6, 7], [])),
        ((t, 101, 2), ([1, 2, 3, 5, 6], [0, 7])),
    ]
    return all(
        [np.asarray(part).tolist() for part in fn(days.copy(), cutoff, delay)] == list(expected)
        for (days, cutoff, delay), expected in cases
    )


def velocity_count(df: pd.DataFrame, hours: float) -> pd.Series:
    """How many orders the same entity placed shortly before each order.

    Parameters
    ----------
    df : DataFrame
        A row an order, in any order: ``entity`` (an account, a card, a device) and ``time``
        (timestamps). It is left as it is.
    hours : float
        The length of the window, above 0.

    Returns
    -------
    counts : Series of int
        With the index of ``df``, row by row. For an order at time t: the orders of its entity in
        [t - hours, t). One exactly ``hours`` ago counts; one at the very same time does not, and
        nor does the order itself.

    Examples
    --------
    Card a was used at 10:00 and at 11:00; card b has no history.

    >>> df = pd.DataFrame(
    ...     {"entity": ["a", "b", "a"],
    ...      "time": pd.to_datetime(["2017-03-01 11:00", "2017-03-01 10:30", "2017-03-01 10:00"])}
    ... )
    >>> velocity_count(df, hours=1).tolist()
    [1, 0, 0]
    """
    counts = np.zeros(len(df), dtype=int)
    window = np.timedelta64(round(hours * 3600 * 10**9), "ns")
    times = df["time"].to_numpy().astype("datetime64[ns]")
    for rows in df.groupby("entity").indices.values():
        when = np.sort(times[rows])
        before = np.searchsorted(when, times[rows], side="left")
        counts[rows] = before - np.searchsorted(when, times[rows] - window, side="left")
    return pd.Series(counts, index=df.index)


def robust_z(x: np.ndarray, ref: np.ndarray) -> np.ndarray:
    """How far values lie from what is usual, in units that a few extreme values cannot inflate.

    Parameters
    ----------
    x : ndarray, shape (n,)
        Values to judge.
    ref : ndarray, shape (m,)
        What is usual; NaN among them is ignored, and at least one is not NaN.

    Returns
    -------
    z : ndarray, shape (n,)
        ``(x - median) / (1.4826 * MAD)``, with the median of ``ref`` and its MAD: the median
        absolute deviation from that median. The sign says on which side. Where the MAD is 0, the
        population's standard deviation of ``ref`` (``ddof=0``) stands for ``1.4826 * MAD``; where
        that is 0 too, 1 does. NaN in ``x`` stays NaN; nothing else is.

    Notes
    -----
    For a normal distribution 1.4826 x MAD is the standard deviation (Hampel 1974).

    Examples
    --------
    The median of 1, 2, 3, 4, 90 is 3, the deviations are 2, 1, 0, 1, 87, their median is 1.

    >>> robust_z(np.array([3.0, 90.0]), np.array([1.0, 2.0, 3.0, 4.0, 90.0])).round(1).tolist()
    [0.0, 58.7]
    """
    known = np.asarray(ref, dtype=float)
    known = known[~np.isnan(known)]
    centre = np.median(known)
    spread = 1.4826 * np.median(np.abs(known - centre))
    if spread == 0:
        # The standard deviation of equal numbers is seldom exactly 0 in floats.
        spread = known.std() if known.min() < known.max() else 1.0
    return (np.asarray(x, dtype=float) - centre) / spread


def review_queue(sup: np.ndarray, ano: np.ndarray, budget: int, mix: float) -> list[int]:
    """Fill the reviewers' day from two lists: known fraud, and what looks unlike anything known.

    Parameters
    ----------
    sup : ndarray, shape (n,)
        Scores of a model that learned from labels, higher is riskier; NaN where there is none.
    ano : ndarray, shape (n,)
        Scores of an anomaly detector, on a scale of its own; NaN where there is none.
    budget : int
        How many orders can be reviewed, 0 or more.
    mix : float
        The share of the budget that belongs to the anomaly detector, 0 to 1: ``budget * mix``
        places, rounded down.

    Returns
    -------
    queue : list of int
        Row numbers, all different: first those that ``sup`` chose, its best first; then those that
        ``ano`` chose among the rest, its best first. Of equals the lower number comes first. Where
        a list ends before its places do, for want of scores, the other fills the places left, at
        the end of the queue. So the queue is full unless fewer orders have a score.

    Examples
    --------
    Four places, one of them for anomalies. Both lists want order 0: the detector takes its second.

    >>> sup = np.array([0.9, 0.8, 0.7, 0.1, 0.0])
    >>> ano = np.array([12.0, 3.0, 1.0, 5.0, 8.0])
    >>> review_queue(sup, ano, budget=4, mix=0.25)
    [0, 1, 2, 4]
    """
    lists = [_ranked(sup), _ranked(ano)]
    for_anomalies = int(budget * mix)
    queue: list[int] = []
    for ranked, places in (
        (lists[0], budget - for_anomalies),
        (lists[1], for_anomalies),
        (lists[0], budget),
        (lists[1], budget),
    ):
        free = min(places, budget - len(queue))
        queue += [row for row in ranked if row not in queue][:free]
    return queue


def _ranked(scores: np.ndarray) -> list[int]:
    values = np.asarray(scores, dtype=float)
    order = np.argsort(-values, kind="stable")
    return [int(row) for row in order if not np.isnan(values[row])]


def risk_tier(p: np.ndarray, cuts: tuple[float, float] = (0.02, 0.2)) -> np.ndarray:
    """A risk tier for each order: what the question asked for.

    Parameters
    ----------
    p : ndarray, shape (n,)
        The probability that each order is fraudulent.
    cuts : (float, float)
        Where the middle and where the upper tier begin, ascending.

    Returns
    -------
    tiers : ndarray of object, shape (n,)
        ``"low"`` below the first cut, ``"medium"`` from it on, ``"high"`` from the second on. What
        is no probability, NaN or a number outside 0 to 1, is ``"unknown"``: never waved through.

    Examples
    --------
    >>> risk_tier(np.array([0.001, 0.02, 0.2, np.nan])).tolist()
    ['low', 'medium', 'high', 'unknown']
    """
    risk = np.asarray(p, dtype=float)
    tiers = np.array(["low", "medium", "high"], dtype=object)[np.digitize(risk, cuts)]
    return np.where((risk >= 0) & (risk <= 1), tiers, "unknown").astype(object)


def risk_scores(train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:
    """The probability of fraud for orders that are still to come.

    Two scores count alike: average precision, and the share of the money lost to fraud that is
    saved when the 2 % of ``test`` with the largest ``p * amount`` are reviewed. Points rise from
    ranking by amount to the reference; a plain logistic regression comes about half of the way.

    Parameters
    ----------
    train : DataFrame, shape (n_train, 10)
        Orders up to week 32, all labels final. The columns are numbers: ``amount`` (USD),
        ``n_products``, ``units_per_product``, ``discount_share``, ``hour``, ``orders_2h`` and
        ``orders_72h`` (earlier orders of the household), ``hours_since_last`` (1,440 for a first
        order), ``amount_to_usual`` (log of the amount over the household's usual one) and
        ``new_store`` (0 or 1).
    y : ndarray of int, shape (n_train,)
        1 for the orders that were reported as fraud. One fraud in twenty is never reported.
    test : DataFrame, shape (n_test, 10)
        Orders of weeks 41 to 53, shuffled. One attack in them is new.

    Returns
    -------
    p : ndarray, shape (n_test,)
        From 0 to 1, a number for each row of ``test``.

    Examples
    --------
    Tiny orders in quick succession were fraud before.

    >>> train = pd.DataFrame({"amount": [2.0, 30.0] * 30, "orders_2h": [3.0, 0.0] * 30})
    >>> test = pd.DataFrame({"amount": [1.8, 41.0], "orders_2h": [3.0, 0.0]})
    >>> p = risk_scores(train, np.array([1, 0] * 30), test)
    >>> bool(p[0] > p[1])
    True
    """
    forest = RandomForestClassifier(n_estimators=40, min_samples_leaf=3, random_state=0)
    boosting = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=20, random_state=0
    )
    return np.mean([m.fit(train, y).predict_proba(test)[:, 1] for m in (forest, boosting)], axis=0)
