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
    ok = ok and abs(fn(["b", "b", "a"], gain, 2) - 2 / (3 + 3 / math.log2(3))) < 1e-6
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


def paired_bootstrap_ci__multinomial(a, b, n=2000, seed=0):
    d = a.astype(float) - b.astype(float)
    weights = np.random.default_rng(seed).multinomial(len(d), np.ones(len(d)) / len(d), size=n)
    return tuple(np.quantile(weights @ d / len(d), (0.025, 0.975)))


def paired_bootstrap_ci__scipy(a, b, n=2000, seed=0):
    a, b = np.asarray(a, float), np.asarray(b, float)
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


def signal_strength__loop(events, weights, asof, half_life):
    best = {}
    for event in events.itertuples():
        if event.day >= asof:
            continue
        key = (event.user, event.item, event.session)
        best[key] = max(best.get(key, (0.0, 0)), (weights.get(event.kind, 0.0), event.day))
    total = {}
    for (user, item, _), (weight, day) in best.items():
        total[user, item] = total.get((user, item), 0.0) + weight / 2 ** ((asof - day) / half_life)
    rows = [(user, item, value) for (user, item), value in sorted(total.items()) if value > 0]
    return pd.DataFrame(rows, columns=["user", "item", "strength"])


def signal_strength__drop_duplicates(events, weights, asof, half_life):
    past = events.query("day < @asof").copy()
    past["w"] = [weights.get(kind, 0) for kind in past["kind"]]
    past = (
        past[past["w"] > 0]
        .sort_values("w")
        .drop_duplicates(["user", "item", "session"], keep="last")
    )
    past["strength"] = past["w"] * np.exp(-np.log(2) * (asof - past["day"]) / half_life)
    return past.groupby(["user", "item"])["strength"].sum().reset_index()


def mmr_rerank__loop(relevance, similarity, k, lam=0.7):
    chosen = []
    while len(chosen) < k:
        best, value = None, -math.inf
        for i in range(len(relevance)):
            if i in chosen or not math.isfinite(relevance[i]):
                continue
            near = max((similarity[i][j] for j in chosen), default=0.0)
            mine = lam * relevance[i] - (1 - lam) * near
            if best is None or mine > value + 1e-9:
                best, value = i, mine
        if best is None:
            break
        chosen.append(best)
    return chosen


def mmr_rerank__running_maximum(relevance, similarity, k, lam=0.7):
    relevance = np.where(np.isfinite(relevance), relevance, -np.inf)
    closest = np.full(len(relevance), -np.inf)
    value = np.where(np.isfinite(relevance), lam * np.nan_to_num(relevance), -np.inf)
    order = []
    for _ in range(min(k, np.isfinite(relevance).sum())):
        i = int(np.flatnonzero(value > value.max() - 1e-9)[0])
        order.append(i)
        closest = np.maximum(closest, similarity[i])
        with np.errstate(invalid="ignore"):
            value = lam * relevance - (1 - lam) * closest
        value[order] = -np.inf
        value[~np.isfinite(relevance)] = -np.inf
    return np.array(order, dtype=int)
