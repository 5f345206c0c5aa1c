"""Judging a recommender before it ships: split, metrics, baselines, uncertainty, budgets.

Sources: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (ACM TOIS
2002), for NDCG; Efron, "Bootstrap methods" (Annals of Statistics 1979), for the interval.
"""

import numpy as np
import pandas as pd


def break_evaluation(defect: str) -> tuple[list[tuple[int, str, int]], int, int]:
    """Return purchases on which an evaluation with one known defect is wrong.

    The correct ``evaluate(events, cutoff, k)`` learns from the purchases before day ``cutoff``. It
    recommends to each user the ``k`` items that most users bought, of those that she has not bought
    (equal items in the order of the alphabet), and returns the mean over users of the share of her
    *new* items from ``cutoff`` on that are in her list. Users without purchases before ``cutoff``,
    or without a new item after it, are left out; without any user left the result is NaN.

    Parameters
    ----------
    defect : str
        One of

        - ``"future_in_popularity"``: purchases after the cutoff count as popularity;
        - ``"cutoff_day_in_training"``: the day of the cutoff belongs to the past;
        - ``"seen_items_count"``: repeats are recommended, and count as hits;
        - ``"lines_instead_of_users"``: popularity counts purchases, not users;
        - ``"divided_by_k"``: hits are divided by ``k``, not by the number of new items;
        - ``"cold_users_score_zero"``: users without a past are judged, with 0.

    Returns
    -------
    events : list of (int, str, int)
        User, item and day; at most 12 purchases. Items are single capital letters.
    cutoff : int
        The first day of the future.
    k : int
        The length of a list, at least 1.

    Examples
    --------
    >>> events, cutoff, k = break_evaluation("divided_by_k")
    >>> len(events) <= 12 and k >= 1
    True
    """
    past = [(1, "A", 1), (2, "B", 1), (3, "B", 2), (2, "C", 3)]
    if defect == "lines_instead_of_users":
        return [*past, (2, "C", 4), (2, "C", 5), (1, "B", 9)], 8, 1
    if defect == "future_in_popularity":
        return [*past, (1, "B", 9), (2, "D", 9), (3, "D", 9), (4, "D", 9)], 8, 1
    if defect == "cutoff_day_in_training":
        return [*past, (1, "B", 8), (1, "C", 9)], 8, 1
    if defect == "seen_items_count":
        return [*past, (1, "A", 9), (1, "B", 9)], 8, 1
    if defect == "cold_users_score_zero":
        return [*past, (1, "B", 9), (7, "A", 9)], 8, 1
    return [*past, (1, "B", 9)], 8, 2


def temporal_split(
    events: pd.DataFrame, cutoff: int
) -> tuple[pd.DataFrame, pd.DataFrame, list[int]]:
    """Split purchases by time, as the recommender will live.

    Parameters
    ----------
    events : DataFrame
        Columns ``user`` (int), ``item`` and ``day`` (int), in any order. It is left as it is.
    cutoff : int
        The first day of the test period.

    Returns
    -------
    train : DataFrame
        All events before ``cutoff``.
    test : DataFrame
        The events from ``cutoff`` on, of users who occur in ``train``. Items that do not occur in
        ``train`` stay: the shop sells them, so missing them is the recommender's loss.
    cold_users : list of int
        Users who occur from ``cutoff`` on but not in ``train``, ascending. They are listed so that
        nobody forgets them, and not scored.

    Notes
    -----
    Both frames keep the order and the index of their rows.

    Examples
    --------
    >>> events = pd.DataFrame({"user": [1, 2, 1], "item": ["a", "b", "c"], "day": [3, 5, 5]})
    >>> train, test, cold_users = temporal_split(events, 5)
    >>> train["item"].tolist(), test["item"].tolist(), cold_users
    (['a'], ['c'], [2])
    """
    before = events["day"] < cutoff
    known = events["user"].isin(events.loc[before, "user"])
    cold_users = sorted(events.loc[~known, "user"].unique().tolist())
    return events[before], events[~before & known], cold_users


def precision_recall_at_k(ranked: list, relevant: list, k: int) -> tuple[float, float]:
    """Precision and recall of the first ``k`` places.

    Parameters
    ----------
    ranked : list
        Items as shown, best first. May be shorter than ``k``, and may hold an item twice: it is a
        hit once and takes two places.
    relevant : list
        What the user wanted; an item that is listed twice counts once.
    k : int
        How many places count, at least 1.

    Returns
    -------
    precision : float
        Hits over ``k``, however many were shown: an empty place is a wasted place.
    recall : float
        Hits over the number of different relevant items.

        Both are NaN when nothing is relevant: such a user says nothing about the list.

    Examples
    --------
    Of three places one is a hit, and so is one of the two relevant items.

    >>> precision_recall_at_k(["a", "b", "c", "d"], ["c", "d"], 3)
    (0.3333333333333333, 0.5)
    """
    wanted = set(relevant)
    if not wanted:
        return float("nan"), float("nan")
    hits = len(wanted.intersection(ranked[:k]))
    return hits / k, hits / len(wanted)


def ndcg_at_k(ranked: list, gain: dict, k: int) -> float:
    r"""Normalised discounted cumulative gain of the first ``k`` places.

    .. math:: \mathrm{DCG@}k = \sum_{j=1}^{k} \frac{g_j}{\log_2 (j + 1)}

    Parameters
    ----------
    ranked : list
        Items as shown, best first; an item that is shown again gains nothing the second time.
    gain : dict
        What each relevant item is worth, 0 or more; an item that is not in it is worth 0. The gain
        enters as it is, not as a power of 2.
    k : int
        How many places count, at least 1.

    Returns
    -------
    ndcg : float
        DCG over the DCG of the best list that could have been shown: *all* items of ``gain``, best
        first, cut at ``k`` places. NaN when nothing has a gain.

    Examples
    --------
    The only relevant item stands second: 1 / log2(3), over 1 for the best list.

    >>> round(ndcg_at_k(["a", "b"], {"b": 1}, 2), 4)
    0.6309
    """
    shown = list(dict.fromkeys(ranked[:k]))
    first_place = {item: ranked.index(item) for item in shown}
    dcg = sum(gain.get(item, 0) / np.log2(place + 2) for item, place in first_place.items())
    best = sorted(gain.values(), reverse=True)[:k]
    ideal = sum(g / np.log2(place + 2) for place, g in enumerate(best))
    return float(dcg / ideal) if ideal > 0 else float("nan")


def kill_ndcg(fn) -> bool:
    """Test an implementation of `ndcg_at_k`: True if it is right, False if it is wrong.

    Your test is tried on right implementations, each written differently, and on nine wrong ones,
    each with one planted mistake. It must accept every right one and reject at least eight of the
    nine. An exception that leaves your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(ranked, gain, k)``, with the contract of `ndcg_at_k`.

    Returns
    -------
    verdict : bool
        Values that differ in the ninth digit are no mistake; nor does the base of the logarithm
        matter, which cancels.

    Examples
    --------
    >>> kill_ndcg(ndcg_at_k)
    True
    >>> kill_ndcg(lambda ranked, gain, k: 1.0)
    False
    """
    cases = [
        (["a", "b", "c"], {"b": 1, "c": 3, "x": 2}, 3),
        (["a", "b", "c", "d"], {"d": 2, "b": 1}, 2),
        (["b", "b", "a"], {"b": 1, "a": 2}, 3),
        (["a"], {"a": 1, "b": 1, "c": 1}, 2),
    ]
    nothing = fn(["a"], {}, 1)
    return bool(np.isnan(nothing)) and all(
        np.isclose(fn(*case), ndcg_at_k(*case)) for case in cases
    )


def popularity_topk(train: pd.DataFrame, user: int, k: int, exclude_seen: bool = True) -> list:
    """The ``k`` items that most users bought: the baseline that every recommender must beat.

    Parameters
    ----------
    train : DataFrame
        Columns ``user``, ``item`` (int) and ``quantity``, a row for each purchase. A user may have
        bought an item many times. It is left as it is.
    user : int
        Whom to recommend to; she need not occur in ``train``.
    k : int
        How many items at most.
    exclude_seen : bool
        Whether to leave out what the user has bought: True for a page of discoveries, False for a
        page to buy again.

    Returns
    -------
    items : list of int
        By the number of different users who bought them, most first; of equals the lower number
        first. Shorter than ``k`` when there are no more.

    Examples
    --------
    Item 7 was bought by two users; item 5 by one, but four times.

    >>> train = pd.DataFrame(
    ...     {"user": [1, 2, 3, 3, 3, 3], "item": [7, 7, 5, 5, 5, 5], "quantity": [1, 1, 9, 1, 1, 1]}
    ... )
    >>> popularity_topk(train, 1, 2), popularity_topk(train, 1, 2, exclude_seen=False)
    ([5], [7, 5])
    """
    buyers = train.groupby("item")["user"].nunique()
    if exclude_seen:
        buyers = buyers.drop(train.loc[train["user"] == user, "item"].unique())
    # The index is sorted, and a stable sort keeps equals in its order.
    return buyers.sort_values(ascending=False, kind="stable").index[:k].tolist()


def coverage_and_gini(rec_lists: list[list], catalog: list) -> tuple[float, float]:
    r"""How much of the catalogue a recommender shows, and how unequally.

    .. math:: G = \frac{\sum_{i=1}^{m} (2 i - m - 1) \, x_{(i)}}{m \sum_i x_{(i)}}

    where :math:`x_{(1)} \le \dots \le x_{(m)}` count in how many lists each item of the catalogue
    stands.

    Parameters
    ----------
    rec_lists : list of list
        What each user is shown. An item counts once for each list that holds it.
    catalog : list
        All ``m`` items that could be shown, without repeats. Shown items that are not in it do not
        count.

    Returns
    -------
    coverage : float
        The share of the catalogue that stands in at least one list; NaN for an empty catalogue.
    gini : float
        0 when every item is shown equally often, close to 1 when a few are shown to everybody.
        Items that are never shown count, with 0. NaN when nothing is shown.

    Examples
    --------
    Three of four items are shown, once, once and twice: (-3 x 0 - 1 x 1 + 1 x 1 + 3 x 2) / (4 x 4).

    >>> coverage_and_gini([["a", "b"], ["a", "c"]], ["a", "b", "c", "d"])
    (0.75, 0.375)
    """
    shown = dict.fromkeys(catalog, 0)
    for items in rec_lists:
        for item in set(items) & shown.keys():
            shown[item] += 1
    counts = np.sort(list(shown.values()))
    if counts.sum() == 0:
        return (0.0 if catalog else float("nan")), float("nan")
    m = len(counts)
    ranks = np.arange(1, m + 1)
    gini = ((2 * ranks - m - 1) * counts).sum() / (m * counts.sum())
    return float((counts > 0).mean()), float(gini)


def paired_bootstrap_ci(
    a: np.ndarray, b: np.ndarray, n: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """A 95 % interval for the mean of ``a - b`` over the same users.

    Parameters
    ----------
    a, b : ndarray, shape (n_users,)
        The metric of two recommenders, for the same users in the same order.
    n : int
        How many times users are drawn, with replacement.
    seed : int
        The same seed gives the same interval.

    Returns
    -------
    low, high : float
        The 2.5th and the 97.5th percentile of the mean difference.

    Examples
    --------
    A difference that is the same for everybody is certain.

    >>> paired_bootstrap_ci(np.array([3.0, 5.0, 4.0]), np.array([1.0, 3.0, 2.0]))
    (2.0, 2.0)
    """
    difference = np.asarray(a) - np.asarray(b)
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(difference), (n, len(difference)))
    low, high = np.percentile(difference[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def plan_funnel(
    n_items: int, n_slots: int, budget_ms: float, recall_ms: float, rank_us: float, rerank_us: float
) -> list[tuple[str, int, int, float]]:
    """Share a latency budget out among recall, ranking and re-ranking.

    An index recalls candidates from the whole catalogue in a fixed time. A ranker then scores every
    candidate by itself, and a re-ranker looks at the best together and fills the slots. The slower
    a stage is for each item, the fewer it may see.

    Parameters
    ----------
    n_items : int
        The size of the catalogue.
    n_slots : int
        How many items are shown; all of them where the catalogue is smaller.
    budget_ms : float
        Milliseconds for all three stages together.
    recall_ms : float
        Milliseconds of the recall stage, whatever it returns.
    rank_us, rerank_us : float
        Microseconds for each item that the ranker, or the re-ranker, sees.

    Returns
    -------
    stages : list of (str, int, int, float)
        Name, items in, items out and milliseconds of ``"recall"``, ``"rank"`` and ``"rerank"``.
        What leaves a stage enters the next. The re-ranker sees ten items for each slot, or the
        whole catalogue where that is smaller; the ranker sees as many as the rest of the budget
        allows, but no more than there are. An empty list when the ranker could not see as many as
        the re-ranker needs.

    Examples
    --------
    Re-ranking 100 items takes 100 x 200 us = 20 ms. Of 60 ms then 60 - 10 - 20 = 30 are left, in
    which the ranker scores 30,000 / 25 = 1,200.

    >>> for stage in plan_funnel(1_000_000, 10, 60, 10, 25, 200):
    ...     print(stage)
    ('recall', 1000000, 1200, 10.0)
    ('rank', 1200, 100, 30.0)
    ('rerank', 100, 10, 20.0)
    """
    n_reranked = min(10 * n_slots, n_items)
    rerank_ms = n_reranked * rerank_us / 1000
    # A budget that is met exactly must not be missed by the last digit of a float.
    affordable = int((budget_ms - recall_ms - rerank_ms) * 1000 / rank_us + 1e-9)
    n_ranked = min(affordable, n_items)
    if n_ranked < n_reranked:
        return []
    return [
        ("recall", n_items, n_ranked, float(recall_ms)),
        ("rank", n_ranked, n_reranked, n_ranked * rank_us / 1000),
        ("rerank", n_reranked, min(n_slots, n_items), rerank_ms),
    ]
