"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import math

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.metrics import ndcg_score

EVENTS = [(1, "A", 1), (2, "A", 1), (2, "B", 2), (3, "B", 2), (3, "B", 3), (3, "C", 3)]


def break_evaluation__longer_story(defect):
    future = {
        "future_in_popularity": [(1, "C", 6), (2, "D", 6), (4, "D", 6), (5, "D", 7), (3, "D", 7)],
        "cutoff_day_in_training": [(1, "B", 5), (1, "C", 6)],
        "seen_items_count": [(1, "A", 6), (1, "C", 6)],
        "lines_instead_of_users": [(1, "B", 6), (1, "C", 6)],
        "divided_by_k": [(1, "B", 6)],
        "cold_users_score_zero": [(1, "B", 6), (9, "B", 6)],
    }[defect]
    past = EVENTS
    if defect == "lines_instead_of_users":
        past = [(1, "A", 1), (2, "B", 1), (3, "B", 1), (4, "C", 1), (4, "C", 2), (4, "C", 3)]
        future = [(1, "B", 6)]
    return [list(event) for event in [*past, *future]], 5, 2 if defect == "divided_by_k" else 1


def break_evaluation__fewest(defect):
    events, k = {
        "future_in_popularity": (
            [(1, "B", 1), (2, "A", 1), (2, "C", 2), (1, "C", 9), (3, "C", 9)],
            1,
        ),
        "cutoff_day_in_training": ([(1, "A", 1), (2, "B", 1), (1, "B", 5)], 1),
        "seen_items_count": ([(1, "A", 1), (2, "B", 1), (1, "A", 9), (1, "B", 9)], 1),
        "lines_instead_of_users": (
            [(1, "A", 1), (2, "B", 1), (3, "C", 1), (3, "C", 2), (1, "B", 9)],
            1,
        ),
        "divided_by_k": ([(1, "A", 1), (2, "B", 1), (1, "B", 9)], 2),
        "cold_users_score_zero": ([(1, "A", 1), (2, "B", 1), (1, "B", 9), (3, "A", 9)], 1),
    }[defect]
    return tuple(events), 5, k


def temporal_split__sets(events, cutoff):
    train = events.query("day < @cutoff")
    later = events.query("day >= @cutoff")
    cold = set(later["user"]) - set(train["user"])
    return train, later[[user not in cold for user in later["user"]]], sorted(cold)


def temporal_split__copies(events, cutoff):
    events = events.copy()
    train = events[events["day"].lt(cutoff)].copy()
    test = events.drop(train.index)
    cold = np.setdiff1d(test["user"], train["user"])
    return train, test.loc[~test["user"].isin(cold)], cold


def precision_recall_at_k__loop(ranked, relevant, k):
    if len(relevant) == 0:
        return math.nan, math.nan
    found = []
    for item in ranked[:k]:
        if item in relevant and item not in found:
            found.append(item)
    return len(found) / k, len(found) / len(np.unique(relevant))


def precision_recall_at_k__numpy(ranked, relevant, k):
    wanted = np.unique(np.asarray(relevant))
    with np.errstate(all="ignore"):
        hits = np.isin(wanted, np.asarray(ranked[:k])).sum()
        return [hits / k if wanted.size else np.nan, np.float64(hits) / wanted.size]


def ndcg_at_k__natural_log(ranked, gain, k):
    left = dict(gain)
    dcg = 0.0
    for place, item in enumerate(ranked):
        if place < k:
            dcg += left.pop(item, 0) / math.log(place + 2)
    ideal = 0.0
    for place, g in enumerate(sorted(gain.values(), key=lambda g: -g)):
        ideal += g / math.log(place + 2) if place < k else 0
    return dcg / ideal if ideal else math.nan


def ndcg_at_k__scikit_learn(ranked, gain, k):
    if not any(gain.values()):
        return float("nan")
    places = {item: place for place, item in reversed(list(enumerate(ranked[:k])))}
    # An item that is shown again leaves a worthless place behind, which scikit-learn must see.
    fillers = {("empty", place): place for place in set(range(k)) - set(places.values())}
    items = list(dict.fromkeys([*gain, *places, *fillers]))
    truth = [gain.get(item, 0) for item in items]
    place_of = places | fillers
    scores = [-place_of.get(item, 10**6) for item in items]
    return ndcg_score([truth], [scores], k=k) if len(items) > 1 else 1.0 * (items[0] in places)


def kill_ndcg__by_hand(fn):
    gain = {"a": 3, "b": 2, "c": 1, "d": 3}
    dcg = 2 + 3 / math.log2(4)
    ideal = 3 + 3 / math.log2(3) + 2 / math.log2(4)
    ok = abs(fn(["b", "x", "a"], gain, 3) - dcg / ideal) < 1e-6
    ok = ok and abs(fn(["b", "b"], gain, 2) - 2 / (3 + 3 / math.log2(3))) < 1e-6
    return ok and math.isnan(fn([], {}, 5))


def kill_ndcg__random(fn):
    rng = np.random.default_rng(1)
    for _ in range(20):
        ranked = rng.permutation(8)[:5].tolist()
        gain = {
            int(i): int(g)
            for i, g in zip(rng.permutation(8)[:6], rng.integers(1, 4, 6), strict=True)
        }
        assert (
            abs(fn([*ranked, ranked[0]], gain, 4) - ndcg_at_k__natural_log(ranked, gain, 4)) < 1e-9
        )
        again = [ranked[0], *ranked]
        assert abs(fn(again, gain, 4) - ndcg_at_k__natural_log(again, gain, 4)) < 1e-9
    return bool(np.isnan(fn([1], {}, 3)))


def popularity_topk__drop_duplicates(train, user, k, exclude_seen=True):
    pairs = train[["user", "item"]].drop_duplicates()
    counts = pairs["item"].value_counts()
    mine = set(train["item"][train["user"] == user]) if exclude_seen else set()
    order = sorted((-count, item) for item, count in counts.items() if item not in mine)
    return [item for _, item in order[:k]]


def popularity_topk__sets(train, user, k, exclude_seen=True):
    buyers = {}
    for who, item in zip(train["user"], train["item"], strict=True):
        buyers.setdefault(item, set()).add(who)
    shown = [i for i in sorted(buyers) if not exclude_seen or user not in buyers[i]]
    return np.array(sorted(shown, key=lambda i: len(buyers[i]), reverse=True)[:k])


def coverage_and_gini__mean_difference(rec_lists, catalog):
    """Half the relative mean absolute difference is the same number."""
    counts = pd.Series(0.0, index=catalog)
    for items in rec_lists:
        for item in dict.fromkeys(items):
            if item in counts.index:
                counts[item] += 1
    x = counts.to_numpy()
    if x.sum() == 0:
        return (x > 0).mean() if len(x) else math.nan, math.nan
    gini = np.abs(x[:, None] - x[None, :]).sum() / (2 * len(x) ** 2 * x.mean())
    return (x > 0).mean(), gini


def coverage_and_gini__lorenz(rec_lists, catalog):
    counts = sorted(sum(item in items for items in rec_lists) for item in catalog)
    total, m = sum(counts), len(counts)
    if not m:
        return math.nan, math.nan
    coverage = sum(c > 0 for c in counts) / m
    if not total:
        return coverage, float("nan")
    lorenz = np.concatenate([[0], np.cumsum(counts)]) / total
    return coverage, 1 - 2 * np.trapezoid(lorenz, dx=1 / m)


def paired_bootstrap_ci__multinomial(a, b, n=2000, seed=0):
    d = a - b
    weights = np.random.default_rng(seed).multinomial(len(d), np.ones(len(d)) / len(d), size=n)
    return tuple(np.quantile(weights @ d / len(d), (0.025, 0.975)))


def paired_bootstrap_ci__scipy(a, b, n=2000, seed=0):
    if np.ptp(a - b) == 0:
        return (a - b)[0], (a - b)[0]
    result = stats.bootstrap(
        (a - b,),
        np.mean,
        n_resamples=n,
        method="percentile",
        rng=np.random.default_rng(seed),
        batch=500,
    )
    return [result.confidence_interval.low, result.confidence_interval.high]


def plan_funnel__microseconds(n_items, n_slots, budget_ms, recall_ms, rank_us, rerank_us):
    last = min(n_items, n_slots * 10)
    left_us = round(budget_ms * 1000) - round(recall_ms * 1000) - last * rerank_us
    middle = min(n_items, math.floor(left_us / rank_us))
    if middle < last:
        return []
    return [
        ["recall", n_items, middle, recall_ms],
        ["rank", middle, last, middle * rank_us / 1e3],
        ["rerank", last, min(n_items, n_slots), last * rerank_us / 1e3],
    ]


def plan_funnel__integer_division(n_items, n_slots, budget_ms, recall_ms, rank_us, rerank_us):
    n_rerank = sorted([10 * n_slots, n_items])[0]
    rerank = n_rerank * rerank_us / 1000
    n_rank = int((round((budget_ms - recall_ms - rerank) * 1000, 6)) // rank_us)
    if n_rank > n_items:
        n_rank = n_items
    if n_rank < n_rerank:
        return ()
    rank = n_rank * rank_us / 1000
    return (
        ("recall", n_items, n_rank, recall_ms),
        ("rank", n_rank, n_rerank, rank),
        ("rerank", n_rerank, n_slots if n_slots < n_items else n_items, rerank),
    )
