"""Judging a recommender before it ships: split, metrics, baselines, uncertainty, signals, variety.

Sources: Järvelin and Kekäläinen, "Cumulated gain-based evaluation of IR techniques" (ACM TOIS
2002), for the idea of NDCG, and Burges et al., "Learning to rank using gradient descent" (ICML
2005), for the discount log2(j + 1) used today; Efron, "Bootstrap methods" (Annals of Statistics
1979), for the interval; Carbonell and Goldstein (SIGIR 1998), for marginal relevance.
"""

import numpy as np
import pandas as pd


def break_evaluation(defect: str) -> tuple[list[tuple[int, str, int]], int, int]:
    """Return purchases on which an evaluation with one known defect is wrong.

    The correct ``evaluate(events, cutoff, k)`` learns from the purchases before day ``cutoff``. It
    recommends to each user ``k`` items that she has not bought before ``cutoff``: those that most
    users bought before it, equal ones in alphabetical order. It looks at her *new* items, those
    that she buys from ``cutoff`` on and not before. Her score is the share of her new items that
    are in her list. The result is the mean score over users. Users without a purchase before
    ``cutoff``, and users without a new item, are left out. Without any user left the result is NaN.

    Parameters
    ----------
    defect : str
        One of

        - ``"future_in_popularity"``: purchases from the cutoff on count for popularity too;
        - ``"cutoff_day_in_training"``: purchases of the day ``cutoff`` belong to the past;
        - ``"seen_items_count"``: nothing is left out because she has bought it before. Her list
          holds the ``k`` items that most users bought. Her new items are all items that she buys
          from ``cutoff`` on;
        - ``"lines_instead_of_users"``: popularity counts purchases, not different users;
        - ``"divided_by_k"``: hits are divided by ``k``, not by the number of new items;
        - ``"cold_users_score_zero"``: users without a purchase before the cutoff are not left out,
          but score 0.

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
    """Split purchases by time: the recommender learns from the past and is judged by the future.

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
        ``train`` stay. The shop sells them, and a recommender that cannot know them misses them.
    cold_users : list of int
        Users who occur from ``cutoff`` on but not in ``train``, ascending. They are not scored, but
        a report must say how many they are.

    Notes
    -----
    Both frames keep the order and the index of their rows. A tuple or an array of the cold users is
    as good as a list.

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
        Items as shown, best first. May be shorter than ``k``. An item that is shown twice takes two
        places and is at most one hit.
    relevant : list
        The items that the user wanted. An item that is listed twice counts once. ``ranked`` and
        ``relevant`` are left as they are.
    k : int
        How many places count, at least 1.

    Returns
    -------
    precision : float
        Hits over ``k``, even when fewer items were shown: an empty place is no hit.
    recall : float
        Hits over the number of different relevant items.

        Both are NaN when nothing is relevant.

    Examples
    --------
    Of the first three places one is a hit. Of the two relevant items one is found.

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
        Items as shown, best first. May be shorter than ``k``: an empty place gains nothing. An item
        that is shown again takes a place, and gains nothing the second time. It is left as it is.
    gain : dict
        What each relevant item is worth, 0 or more. An item that is not in it is worth 0. The gain
        enters the sum as it is, not as a power of 2. It is left as it is.
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
    each with one planted mistake. All nine are right on the docstring example of `ndcg_at_k`. Your
    test must accept every right one and reject at least eight of the nine. An exception that leaves
    your test counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(ranked, gain, k)``, with the contract of `ndcg_at_k`.

    Returns
    -------
    verdict : bool
        Right implementations may differ in the last digits, because they add in another order or
        use another base of the logarithm, which cancels.

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
        (["b", "b", "a", "c"], {"a": 3, "c": 1}, 3),
        ([], {"a": 1}, 2),
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
        The user who gets the list. A user who does not occur in ``train`` has bought nothing.
    k : int
        How many items at most.
    exclude_seen : bool
        Whether to leave out what the user has bought: True for a page of discoveries, False for a
        page to buy again.

    Returns
    -------
    items : list of int
        By the number of different users who bought them, most first. Of items with equally many
        users the lower number comes first. Shorter than ``k`` when there are no more.

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


def paired_bootstrap_ci(
    a: np.ndarray, b: np.ndarray, n: int = 2000, seed: int = 0
) -> tuple[float, float]:
    """A 95 % interval for the mean of ``a - b`` over the same users.

    Parameters
    ----------
    a, b : ndarray, shape (n_users,)
        The metric of two recommenders, for the same users in the same order. Any numeric type,
        none missing. They are left as they are.
    n : int
        How many times a sample of users is drawn, with replacement, as large as there are users.
    seed : int
        The seed of the random draws. The same seed gives the same interval. Another seed draws
        other users, so its interval may be another one.

    Returns
    -------
    low, high : float
        The 2.5th and the 97.5th percentile of the mean difference, by any usual rule.

    Examples
    --------
    The difference is 2 for every user, so it is 2 in every sample, but for the error of binary
    numbers.

    >>> low, high = paired_bootstrap_ci(np.array([3.0, 5.0, 4.0]), np.array([1.0, 3.0, 2.0]))
    >>> round(low, 9), round(high, 9)
    (2.0, 2.0)
    """
    # Narrow unsigned integers have no negative differences.
    difference = np.asarray(a, dtype="float64") - np.asarray(b, dtype="float64")
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(difference), (n, len(difference)))
    low, high = np.percentile(difference[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def signal_strength(
    events: pd.DataFrame, weights: dict[str, float], asof: int, half_life: float
) -> pd.DataFrame:
    """How strongly each user's behaviour speaks for each item.

    A session counts once for an item: with the largest weight among the user's signals for it in
    that session, halved for each ``half_life`` days of its age. The age of a session is ``asof``
    minus its day. Parts of a half-life count: after half of one, the weight is multiplied by the
    square root of one half, which is 0.71. The strength is the sum over the user's sessions with
    the item.

    Parameters
    ----------
    events : DataFrame
        Columns ``user``, ``item``, ``session``, ``day`` (int) and ``kind`` (str, such as
        ``"view"``), a row for each event, in any order. A session belongs to one user and one day.
        Somebody who buys an item has viewed it in the same session, perhaps several times: that is
        one decision, so only its largest weight counts. It is left as it is.
    weights : dict of str to float
        What a kind of signal is worth, 0 or more. A kind that is not in it is worth 0.
    asof : int
        Only events of days before ``asof`` count.
    half_life : float
        Days after which a signal is worth half.

    Returns
    -------
    strength : DataFrame
        Columns ``user``, ``item`` and ``strength``, sorted by user, then by item, numbered from 0.
        Pairs with strength 0 are left out. Where no pair is left, the types of the columns do not
        matter.

    Examples
    --------
    On day 13 the user viewed the item and bought it: 10, a week ago, halved to 5. On day 6 she
    viewed it twice: 1, two weeks ago, is 0.25. Day 20 is not over.

    >>> events = pd.DataFrame(
    ...     {
    ...         "user": [1, 1, 1, 1, 1],
    ...         "item": [5, 5, 5, 5, 5],
    ...         "session": [71, 71, 60, 60, 80],
    ...         "day": [13, 13, 6, 6, 20],
    ...         "kind": ["view", "purchase", "view", "view", "view"],
    ...     }
    ... )
    >>> weights = {"view": 1.0, "cart": 3.0, "purchase": 10.0}
    >>> signal_strength(events, weights, asof=20, half_life=7).values.tolist()
    [[1.0, 5.0, 5.25]]
    """
    past = events[events["day"] < asof]
    worth = past["kind"].map(weights).astype("float64").fillna(0.0)
    past = past[["user", "item", "session", "day"]].assign(worth=worth)
    visits = past.groupby(["user", "item", "session"], as_index=False)[["worth", "day"]].max()
    age = asof - visits["day"].astype("int64")
    visits["strength"] = visits["worth"] * 0.5 ** (age / half_life)
    total = visits.groupby(["user", "item"], as_index=False)["strength"].sum()
    return total[total["strength"] > 0].reset_index(drop=True)


def mmr_rerank(
    relevance: np.ndarray, similarity: np.ndarray, k: int, lam: float = 0.7
) -> list[int]:
    r"""Fill ``k`` places one by one with items that are relevant and unlike those already chosen.

    The next item is the one with the largest *marginal relevance*

    .. math:: \lambda \, r_i - (1 - \lambda) \max_{j \in C} s_{ij}

    where :math:`C` holds the items chosen so far. For the first place, where nothing is chosen yet,
    the second term is 0.

    Parameters
    ----------
    relevance : ndarray of float, shape (n_items,)
        What the ranker says of each item. An item with minus infinity or NaN may not be shown.
    similarity : ndarray of float, shape (n_items, n_items)
        Symmetric; may be negative. Rows and columns of items that may not be shown can hold
        anything, NaN too. It is left as it is, and so is ``relevance``.
    k : int
        How many items at most, at least 1.
    lam : float
        From 0 to 1: the weight of relevance against variety.

    Returns
    -------
    items : list of int
        Positions in ``relevance``, in the order in which they were chosen. Shorter than ``k`` when
        there are no more items that may be shown. Marginal relevances that differ by less than
        1e-9 are equal: in binary, 0.1 + 0.2 is not exactly 0.3. Of equals the lowest number is
        chosen. You may round to nine decimals, or compare with a tolerance.

    Notes
    -----
    Carbonell and Goldstein, "The use of MMR, diversity-based reranking" (SIGIR 1998).

    Examples
    --------
    Items 0 and 1 are nearly the same product. After item 0, item 1 is worth
    0.5 x 0.9 - 0.5 x 0.8 = 0.05 and item 2 is worth 0.5 x 0.4 - 0.5 x 0.1 = 0.15.

    >>> relevance = np.array([1.0, 0.9, 0.4])
    >>> similarity = np.array([[1.0, 0.8, 0.1], [0.8, 1.0, 0.1], [0.1, 0.1, 1.0]])
    >>> mmr_rerank(relevance, similarity, 3, lam=0.5)
    [0, 2, 1]
    """
    relevance = np.asarray(relevance, dtype="float64")
    similarity = np.asarray(similarity, dtype="float64")
    left = np.flatnonzero(np.isfinite(relevance))
    chosen: list[int] = []
    while len(left) and len(chosen) < k:
        near = similarity[left][:, chosen].max(axis=1) if chosen else np.zeros(len(left))
        marginal = np.round(lam * relevance[left] - (1 - lam) * near, 9)
        # The first of equal maxima is the lowest number.
        best = int(left[np.argmax(marginal)])
        chosen.append(best)
        left = left[left != best]
    return chosen
