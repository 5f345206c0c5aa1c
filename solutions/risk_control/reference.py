"""Reference implementations: risk scores, what they are worth, and what is done with them."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse import csgraph
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier


def break_review_list(defect: str) -> tuple[list[float], list[float], float, int]:
    """Return orders for which a review list with one known defect is wrong.

    The correct ``review_list(p, amount, cost, n)`` returns the numbers of the orders to review,
    counted from 0. An order is worth a review if its expected loss, ``p * amount``, is at least the
    cost of a review. The loss is rounded to 9 decimals first, so that 0.29 of 100 USD are 29. The
    largest expected loss comes first; of equal losses the lower number comes first. The list ends
    after ``n`` orders.

    Parameters
    ----------
    defect : str
        One of

        - ``"half_is_the_threshold"``: an order is worth a review if its ``p`` is 0.5 or more; the
          cost is not asked. The largest expected loss still comes first, and the list still ends
          after ``n``;
        - ``"probability_rounded"``: ``predict`` is used instead of ``predict_proba``: each ``p``
          becomes 0 or 1 first (0.5 becomes 1);
        - ``"amount_forgotten"``: the largest ``p`` comes first, of the orders that are worth a
          review;
        - ``"largest_amount_first"``: the largest amount comes first, of the orders that are worth a
          review;
        - ``"cost_forgotten"``: the list is filled up to ``n``, even where a review does not pay;
        - ``"wrong_column"``: ``p`` is read as the probability that the order is honest.

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
        "largest_amount_first": ([0.9, 0.1], [100.0, 200.0], 5.0, 1),
        "cost_forgotten": ([0.01], [10.0], 5.0, 1),
        "wrong_column": ([0.9, 0.1], [100.0, 100.0], 5.0, 1),
    }
    return inputs[defect]


def average_precision(y: np.ndarray, s: np.ndarray) -> float:
    r"""Precision, averaged over the frauds, from the riskiest order to the safest.

    .. math:: \mathrm{AP} = \sum_k (R_k - R_{k-1}) \, P_k

    where :math:`P_k` and :math:`R_k` are precision and recall of all orders that score at least the
    ``k``-th largest *distinct* score, and :math:`R_0 = 0`.

    Parameters
    ----------
    y : ndarray of int or bool, shape (n,)
        1 for fraud, 0 for honest.
    s : ndarray, shape (n,)
        Scores: higher is riskier, any scale, negative numbers too. Orders with the same score are
        flagged together, so their order in the table does not change the result. ``y`` and ``s``
        are left as they are.

    Returns
    -------
    ap : float
        From 0 to 1. NaN when there is no fraud, and for no orders at all.

    Notes
    -----
    The points are not joined by lines: no threshold reaches the precision on such a line (Davis and
    Goadrich 2006).

    Examples
    --------
    Frauds in places 1 and 3: half of them at precision 1, the other half at precision 2/3.

    >>> round(average_precision(np.array([1, 0, 1, 0]), np.array([0.9, 0.8, 0.7, 0.1])), 4)
    0.8333

    All orders have one score, so they are flagged together, at a precision of 1/4.

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


def cheapest_action(
    p: np.ndarray,
    amount: np.ndarray,
    review: float,
    friction: float,
    margin: float,
    fee: float = 0.0,
) -> np.ndarray:
    """The action with the least expected cost for each order: pass, review or block.

    What the shop loses against a decision that knows the truth:

    - it **passes** a fraud: the goods, which cost the shop all of the amount but the margin, and
      the fee that the bank takes for a chargeback. An honest order that passes costs nothing;
    - it **reviews**: the cost of a review, for any order. A review finds the truth;
    - it **blocks** an honest order: the margin of the order, and ``friction``, what an offended
      customer costs. A fraud that is blocked costs nothing.

    Parameters
    ----------
    p : ndarray, shape (n,)
        The probability that each order is fraudulent.
    amount : ndarray, shape (n,)
        What the customer pays, USD, 0 or more. ``p`` and ``amount`` are left as they are.
    review, friction, fee : float
        USD, 0 or more.
    margin : float
        The share of the amount that the shop earns, 0 to 1.

    Returns
    -------
    action : ndarray of int, shape (n,)
        0 to pass, 1 to review, 2 to block. Of equal costs the lower number is chosen. Floats can
        make equal costs differ by less than 1e-9 USD; compare with such a tolerance, or round to 9
        decimals. Costs that are not equal differ by 0.00001 USD or more. Where ``p`` is no
        probability (NaN, or a number outside 0 to 1), scoring failed: the order is reviewed.

    Examples
    --------
    The second order: to pass costs 0.5 x (0.75 x 40 + 15) = 22.5, to review 5, to block
    0.5 x (0.25 x 40 + 10) = 10.

    >>> p, amount = np.array([0.001, 0.5, 0.99]), np.array([40.0, 40.0, 40.0])
    >>> cheapest_action(p, amount, review=5, friction=10, margin=0.25, fee=15).tolist()
    [0, 1, 2]
    """
    chance, value = np.asarray(p, dtype=float), np.asarray(amount, dtype=float)
    passing = chance * ((1 - margin) * value + fee)
    blocking = (1 - chance) * (margin * value + friction)
    costs = np.column_stack([passing, np.full(chance.shape, float(review)), blocking])
    # The first of those that are as low as the lowest, up to the rounding of floats.
    cheapest = (costs <= costs.min(axis=1, keepdims=True) + 1e-9).argmax(axis=1)
    return np.where((chance >= 0) & (chance <= 1), cheapest, 1)


def matured_time_split(t: np.ndarray, cutoff: float, delay: float) -> tuple[np.ndarray, np.ndarray]:
    """Rows to learn from and rows to judge by, when labels take time to arrive.

    A fraud is reported at most ``delay`` days after the order. Before that day, an order without a
    report is not known to be honest. The model is trained on the day of the cutoff.

    Parameters
    ----------
    t : ndarray, shape (n,)
        The day of each order, in any order. Days, ``cutoff`` and ``delay`` are whole numbers or
        have binary fractions (such as 0.25), so that their sums are exact. ``t`` is left as it is.
    cutoff : float
        The day on which the model is trained.
    delay : float
        Days until a label is final, 0 or more.

    Returns
    -------
    train, test : ndarray of int
        Row numbers, counted from 0, ascending. ``train``: orders before the cutoff whose label is
        final by the cutoff, ``t + delay <= cutoff``. ``test``: orders from the cutoff on,
        ``t >= cutoff``; their labels may arrive later. The orders in between are in neither part.
        No row is in both parts, also with a delay of 0. A part without rows is empty.

    Examples
    --------
    The order of day 90 may still be reported on day 150, so on day 100 its label is not final.

    >>> train, test = matured_time_split(np.array([10, 30, 90, 110, 130]), cutoff=100, delay=60)
    >>> train.tolist(), test.tolist()
    ([0, 1], [3, 4])
    """
    days = np.asarray(t, dtype=float)
    train = (days + delay <= cutoff) & (days < cutoff)
    return np.flatnonzero(train), np.flatnonzero(days >= cutoff)


def kill_matured_split(fn) -> bool:
    """Test an implementation of `matured_time_split`: True if it is right, False if it is wrong.

    Your test is run on several right implementations and on eight wrong ones. Each wrong one has
    one planted mistake, and all eight are right on the example of `matured_time_split`. Your test
    must accept every right one and reject at least seven of the eight. If your test raises an
    exception, that counts as a rejection.

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
        ((np.array([5, 8, 5, 9, 8, 12]), 10, 2.5), ([0, 2], [5])),
        ((t / 4, 25, 15.25), ([5, 6], [0, 4, 7])),
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
        One row per order, not sorted: ``entity`` (an account, a card, a device; never missing) and
        ``time`` (timestamps, with or without a time zone). ``df`` is not changed.
    hours : float
        The length of the window, above 0. An hour is 60 minutes, also in a night in which the
        clocks change.

    Returns
    -------
    counts : Series of int
        With the index of ``df``, in the same order of rows. For an order at time t: how many orders
        of its entity lie in [t - hours, t). An order exactly ``hours`` ago counts. An order at the
        same time does not count, and the order itself does not count.

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
    stamps = pd.DatetimeIndex(df["time"])
    stamps = stamps if stamps.tz is None else stamps.tz_convert(None)
    times = stamps.to_numpy().astype("datetime64[ns]")
    for rows in df.groupby("entity", observed=True).indices.values():
        when = np.sort(times[rows])
        before = np.searchsorted(when, times[rows], side="left")
        counts[rows] = before - np.searchsorted(when, times[rows] - window, side="left")
    return pd.Series(counts, index=df.index)


def prior_correct(p: np.ndarray, kept: float) -> np.ndarray:
    """The probability of fraud in all orders, from a model that saw few of the honest ones.

    Before training, all frauds were kept, and of the honest orders only a random share. So the
    model met fraud too often, and its probabilities are too high.

    Parameters
    ----------
    p : ndarray, shape (n,)
        What the model says, 0 to 1. It is right for data that was sampled in this way. ``p`` is
        left as it is.
    kept : float
        The share of the honest orders that was kept, above 0 and at most 1.

    Returns
    -------
    corrected : ndarray of float, shape (n,)
        What would be right for data that was not sampled, 0 to 1.

    Examples
    --------
    Among 100 sampled orders like this one, 50 are frauds. The 50 honest ones stand for 1,000, so it
    is 50 of 1,050. At 0.9 it is 90 frauds and 10 honest ones, which stand for 200.

    >>> prior_correct(np.array([0.5, 0.9, 0.0, 1.0]), kept=0.05).round(4).tolist()
    [0.0476, 0.3103, 0.0, 1.0]
    """
    chance = np.asarray(p, dtype=float)
    return kept * chance / (kept * chance + (1 - chance))


def weighted_rate(y: np.ndarray, prob: np.ndarray) -> float:
    """The fraud rate of all orders, when most of the suspicious ones were blocked.

    An order that was blocked has no label. A random number let some of them pass, and the chance to
    pass was written down for every order. An order that passed with a chance of 1/4 stands for 4.

    Parameters
    ----------
    y : ndarray, shape (n,)
        1 for fraud, 0 for honest, NaN for an order that was blocked.
    prob : ndarray, shape (n,)
        The logged chance of each order to pass, above 0 and at most 1. ``y`` and ``prob`` are left
        as they are.

    Returns
    -------
    rate : float
        Of all the orders that the labelled ones stand for, the share that is fraud. It is between 0
        and 1. NaN if no order has a label.

    Examples
    --------
    Three honest orders stand for themselves, the fraud for four orders: 4 of 7. The last order was
    blocked, and the fraud already stands for it.

    >>> y, prob = np.array([0, 0, 0, 1, np.nan]), np.array([1, 1, 1, 0.25, 0.25])
    >>> round(weighted_rate(y, prob), 4)
    0.5714
    """
    label, chance = np.asarray(y, dtype=float), np.asarray(prob, dtype=float)
    known = ~np.isnan(label)
    weight = 1 / chance[known]
    return float(weight @ label[known] / weight.sum()) if known.any() else float("nan")


def ring_of(links: pd.DataFrame, most: int) -> pd.Series:
    """Which accounts belong together, because they share devices or addresses.

    Two accounts are linked if they used the same device or the same address. Links go on: if a is
    linked with b and b with c, then a, b and c are one ring. A device or an address that *more
    than* ``most`` different accounts used is a hub (an office, a parcel locker) and links nobody.

    Parameters
    ----------
    links : DataFrame
        One row per use: ``account`` (int), ``kind`` (str, such as "device" or "address") and
        ``value`` (str; None or NaN if it is not known). Rows may be repeated. The same value of
        another kind is another thing: a device "7" and an address "7" have nothing to do with each
        other.
        ``links`` is not changed.
    most : int
        How many accounts may share a thing that still links them, 1 or more.

    Returns
    -------
    ring : Series of int
        For each account of ``links`` (the index, ascending), the smallest account number in its
        ring. An account that is linked with nobody is a ring of its own. Empty without rows.

    Examples
    --------
    1 and 2 share a device, 2 and 5 an address. All of them, and 7, use one parcel locker.

    >>> links = pd.DataFrame(
    ...     [(1, "device", "x"), (2, "device", "x"), (2, "address", "p"), (5, "address", "p"),
    ...      (1, "address", "locker"), (2, "address", "locker"), (5, "address", "locker"),
    ...      (7, "address", "locker")], columns=["account", "kind", "value"])
    >>> ring_of(links, most=3).to_dict()
    {1: 1, 2: 1, 5: 1, 7: 7}
    """
    accounts = np.unique(links["account"].to_numpy())
    uses = links[["account", "kind", "value"]].dropna().drop_duplicates()
    groups = uses.groupby(["kind", "value"], observed=True)["account"]
    uses = uses[groups.transform("size") <= most]
    # Each account is joined with the first account of each thing that it used.
    first = uses.groupby(["kind", "value"], observed=True)["account"].transform("first")
    rows = np.searchsorted(accounts, uses["account"].to_numpy())
    columns = np.searchsorted(accounts, first.to_numpy())
    n = len(accounts)
    graph = sparse.coo_matrix((np.ones(len(rows)), (rows, columns)), shape=(n, n))
    if n == 0:
        return pd.Series([], index=pd.Index([], dtype=int), dtype=int)
    _, part = csgraph.connected_components(graph, directed=False)
    smallest = pd.Series(accounts).groupby(part).transform("min")
    return pd.Series(smallest.to_numpy(), index=accounts)


def review_queue(sup: np.ndarray, ano: np.ndarray, budget: int, mix: float) -> list[int]:
    """Fill the review queue from two lists: a model's, and that of an anomaly detector.

    Parameters
    ----------
    sup : ndarray, shape (n,)
        Scores of a model that learned from labels, higher is riskier; NaN where there is none.
    ano : ndarray, shape (n,)
        Scores of an anomaly detector, on a scale of its own; NaN where there is none. ``sup`` and
        ``ano`` are left as they are.
    budget : int
        How many orders can be reviewed, 0 or more.
    mix : float
        The share of the budget that belongs to the anomaly detector, 0 to 1, with at most two
        decimals. It gets ``budget * mix`` places, rounded down to a whole number. The rounding of
        floats must not cost a place: 29 % of 100 places are 29, although ``100 * 0.29`` is a
        little less.

    Returns
    -------
    queue : list of int
        Row numbers, all different. First come the orders that ``sup`` chooses, highest score first.
        Then come those that ``ano`` chooses among the rest, highest score first. Of equal scores
        the lower number comes first. If one list has too few scores for its places, the other list
        fills them, at the end of the queue. So the queue is full unless fewer orders have a score.

    Examples
    --------
    Four places, one of them for the detector. Both lists want order 0 most. The model takes it, and
    the detector takes its next, order 4. Order 3 has no place.

    >>> sup = np.array([0.9, 0.8, 0.7, 0.1, 0.0])
    >>> ano = np.array([12.0, 3.0, 1.0, 5.0, 8.0])
    >>> review_queue(sup, ano, budget=4, mix=0.25)
    [0, 1, 2, 4]
    """
    lists = [_ranked(sup), _ranked(ano)]
    for_anomalies = math.floor(round(budget * mix, 9))
    queue: dict[int, None] = {}
    for ranked, places in (
        (lists[0], budget - for_anomalies),
        (lists[1], for_anomalies),
        (lists[0], budget),
        (lists[1], budget),
    ):
        free = min(places, budget - len(queue))
        queue |= dict.fromkeys([row for row in ranked if row not in queue][:free])
    return list(queue)


def _ranked(scores: np.ndarray) -> list[int]:
    values = np.asarray(scores, dtype=float)
    order = np.argsort(-values, kind="stable")
    return [int(row) for row in order if not np.isnan(values[row])]


def risk_scores(train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:
    """The probability of fraud for orders that are still to come.

    Two scores count equally: average precision, and the share of the money lost to fraud that is
    saved (before the cost of reviews) when the 2 % of ``test`` with the largest ``p * amount`` are
    reviewed. Points rise from ranking by amount; 85 % of the way from there to the reference earns
    all points. A plain logistic regression earns about half of the points on average. The orders
    are SIMULATED fraud among real baskets, and every number was changed a little.

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
    In the past, tiny orders soon after each other were fraud.

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
