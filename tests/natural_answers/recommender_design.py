"""Bank of natural answers for notebook 02, recommender_design. Written from the statements alone."""

from collections import Counter, defaultdict
import math
import numpy as np
import pandas as pd
from sklearn.metrics import ndcg_score
from collections import defaultdict
import heapq
import random
import sqlite3
from fractions import Fraction
from functools import reduce
from scipy import stats
import bisect
import itertools
from bisect import bisect_left


UNSURE = {
    "paired_bootstrap_ci__unsure_same_rows": "mean(a[rows]) - mean(b[rows]): right, but 1.9999999999999996 on the docstring example, which prints 2.0",
    "paired_bootstrap_ci__unsure_seed_ignored": "always seed 0: 'the same seed gives the same interval' holds, but nothing says that another seed may give another one",
    "mmr_rerank__unsure_tolerance": "ties by a difference of less than 5e-10 from the largest instead of rounding to nine decimals: 'agrees in nine decimals' can be read so",
    "popularity_topk__unsure_quantity_zero": "leaves out rows with quantity 0: 'a row for each purchase' suggests that there are none",
    "temporal_split__unsure_numpy_ints": "cold_users is a list of numpy integers, equal to int",
}

# ------------------------------------------------------------------ break_evaluation
_PAST = [(1, "A", 1), (2, "B", 1), (3, "B", 1), (2, "C", 1)]


def _be(defect):
    more = {
        "future_in_popularity": [(1, "B", 6), (4, "C", 6), (5, "C", 6), (6, "C", 7)],
        "cutoff_day_in_training": [(1, "B", 5), (1, "D", 6)],
        "seen_items_count": [(4, "A", 1), (5, "A", 1), (1, "B", 6)],
        "lines_instead_of_users": [(2, "C", 2), (2, "C", 3), (1, "B", 6)],
        "divided_by_k": [(1, "B", 6)],
        "cold_users_score_zero": [(1, "B", 6), (9, "B", 6)],
    }
    return _PAST + more[defect], 5, 2 if defect == "divided_by_k" else 1


def break_evaluation__right_dict(defect):
    return _be(defect)


def break_evaluation__right_ifs(defect):
    past = [(1, "X", 0), (2, "Y", 0), (3, "Y", 0), (2, "Z", 0)]
    if defect == "future_in_popularity":
        # nobody is to be found by Z unless the future is read
        return past + [(1, "Z", 11), (7, "Z", 12), (8, "Z", 12)], 10, 1
    if defect == "cutoff_day_in_training":
        return past + [(1, "Y", 10)], 10, 1
    if defect == "seen_items_count":
        return past + [(3, "X", 3), (2, "X", 3), (1, "Y", 10)], 10, 1
    if defect == "lines_instead_of_users":
        return past + [(2, "Z", 0), (2, "Z", 0), (1, "Z", 10)], 10, 1
    if defect == "divided_by_k":
        return past + [(1, "Y", 10), (1, "Z", 10)], 10, 1
    return past + [(7, "Q", 10), (1, "Y", 10)], 10, 1


def break_evaluation__right_seen_again(defect):
    if defect == "seen_items_count":
        # she buys her own old item again: no new item, so nobody is left, but the flawed one counts it
        return [(1, "A", 1), (2, "A", 1), (1, "A", 9)], 5, 1
    if defect == "cold_users_score_zero":
        return [(1, "A", 1), (2, "A", 9)], 5, 1
    if defect == "divided_by_k":
        return [(1, "A", 1), (2, "B", 1), (1, "B", 9)], 5, 3
    return _be(defect)


def break_evaluation__wrong_k_is_number_of_new(defect):
    """divided_by_k: k is 1 and she buys one new item, so both divide by 1."""
    if defect == "divided_by_k":
        return _PAST + [(1, "B", 6)], 5, 1
    return _be(defect)


def break_evaluation__wrong_no_hit(defect):
    """divided_by_k: her new item is not in the list, and 0 divided by anything is 0."""
    if defect == "divided_by_k":
        return _PAST + [(1, "D", 6)], 5, 2
    return _be(defect)


def break_evaluation__wrong_cold_beside_zero(defect):
    """cold_users_score_zero: the only judged user scores 0, so another 0 does not move the mean."""
    if defect == "cold_users_score_zero":
        return _PAST + [(1, "D", 6), (9, "B", 6)], 5, 1
    return _be(defect)


def break_evaluation__wrong_not_cold(defect):
    """cold_users_score_zero: user 9 bought before the cutoff too, so nobody is cold."""
    if defect == "cold_users_score_zero":
        return _PAST + [(9, "A", 4), (1, "B", 6), (9, "B", 6)], 5, 1
    return _be(defect)


def break_evaluation__wrong_lines_of_the_top(defect):
    """lines_instead_of_users: the repeated purchases are of B, which is first anyway."""
    if defect == "lines_instead_of_users":
        return _PAST + [(2, "B", 2), (2, "B", 3), (1, "B", 6)], 5, 1
    return _be(defect)


def break_evaluation__wrong_lines_make_a_tie(defect):
    """lines_instead_of_users: one more line of C makes 2 lines, equal to B, and B is first in the alphabet."""
    if defect == "lines_instead_of_users":
        return _PAST + [(2, "C", 2), (1, "B", 6)], 5, 1
    return _be(defect)


def break_evaluation__wrong_future_of_the_top(defect):
    """future_in_popularity: the later purchases are of B, which is first anyway."""
    if defect == "future_in_popularity":
        return _PAST + [(1, "B", 6), (4, "B", 6), (5, "B", 6)], 5, 1
    return _be(defect)


def break_evaluation__wrong_too_little_future(defect):
    """future_in_popularity: two later buyers of C are not enough, because her own purchase of B counts in the future too (3 and 3)."""
    if defect == "future_in_popularity":
        return _PAST + [(1, "B", 6), (4, "C", 6), (5, "C", 6)], 5, 1
    return _be(defect)


def break_evaluation__wrong_day_before_cutoff(defect):
    """cutoff_day_in_training: the purchase is on the day before the cutoff, which is past for both."""
    if defect == "cutoff_day_in_training":
        return _PAST + [(1, "B", 4), (1, "D", 6)], 5, 1
    return _be(defect)


def break_evaluation__wrong_day_after_cutoff(defect):
    """cutoff_day_in_training: the purchase is on the day after the cutoff, which is future for both."""
    if defect == "cutoff_day_in_training":
        return _PAST + [(1, "B", 6), (1, "D", 7)], 5, 1
    return _be(defect)


def break_evaluation__wrong_seen_not_popular(defect):
    """seen_items_count: her item A is bought by one user only, so the list of one is B in both cases."""
    if defect == "seen_items_count":
        return _PAST + [(1, "B", 6)], 5, 1
    return _be(defect)


def break_evaluation__wrong_nobody_judged(defect):
    """User 1 buys nothing from the cutoff on: nobody is judged, the result is NaN with most of the defects too."""
    events, cutoff, k = _be(defect)
    return [e for e in events if e[0] != 1 or e[2] < cutoff], cutoff, k


def break_evaluation__wrong_too_long(defect):
    """Shows the defects, but with 13 purchases; at most 12 are allowed."""
    events, cutoff, k = _be(defect)
    return events + [(20 + i, chr(ord("K") + i), 1) for i in range(13 - len(events))], cutoff, k


# ------------------------------------------------------------------ temporal_split
def temporal_split__right_masks(events, cutoff):
    past = events["day"] < cutoff
    known = events["user"].isin(events.loc[past, "user"])
    cold = sorted(events.loc[~known, "user"].unique().tolist())
    return events[past], events[~past & known], cold


def temporal_split__right_sets(events, cutoff):
    train = events[np.array([d < cutoff for d in events["day"]], dtype=bool)]
    later = events[np.array([d >= cutoff for d in events["day"]], dtype=bool)]
    users = set(train["user"].tolist())
    test = later[np.array([u in users for u in later["user"]], dtype=bool)]
    return train, test, sorted(set(later["user"].tolist()) - users)


def temporal_split__right_query(events, cutoff):
    train = events.query("day < @cutoff").copy()
    later = events.query("day >= @cutoff")
    cold = np.setdiff1d(later["user"], train["user"]).tolist()
    return train, later.query("user not in @cold").copy(), cold


def temporal_split__right_first_day(events, cutoff):
    first = events.groupby("user")["day"].min()
    cold = first.index[first >= cutoff].tolist()
    is_past = (events["day"] < cutoff).to_numpy()
    is_cold = events["user"].isin(cold).to_numpy()
    return events[is_past], events[~is_past & ~is_cold], cold


def temporal_split__unsure_numpy_ints(events, cutoff):
    train, test, _ = temporal_split__right_masks(events, cutoff)
    return train, test, list(np.setdiff1d(events["user"], train["user"]))


def temporal_split__wrong_cutoff_in_train(events, cutoff):
    """<= for <: the day of the cutoff is learned from."""
    past = events["day"] <= cutoff
    known = events["user"].isin(events.loc[past, "user"])
    return events[past], events[~past & known], sorted(events.loc[~known, "user"].unique().tolist())


def temporal_split__wrong_cutoff_lost(events, cutoff):
    """The day of the cutoff is in neither part (< and >)."""
    train, later = events[events["day"] < cutoff], events[events["day"] > cutoff]
    known = later["user"].isin(train["user"])
    return train, later[known], sorted(later.loc[~known, "user"].unique().tolist())


def temporal_split__wrong_cold_users_kept(events, cutoff):
    """The purchases of cold users stay in test."""
    train, later = events[events["day"] < cutoff], events[events["day"] >= cutoff]
    return train, later, sorted(set(later["user"].tolist()) - set(train["user"].tolist()))


def temporal_split__wrong_new_items_dropped(events, cutoff):
    """Items that do not occur in train are dropped from test, so the recommender is excused for not knowing them."""
    train, test, cold = temporal_split__right_masks(events, cutoff)
    return train, test[test["item"].isin(train["item"])], cold


def temporal_split__wrong_new_pairs_only(events, cutoff):
    """Drops from test what the user bought before: that is another task, the discoveries."""
    train, test, cold = temporal_split__right_masks(events, cutoff)
    seen = set(zip(train["user"], train["item"]))
    return (
        train,
        test[np.array([p not in seen for p in zip(test["user"], test["item"])], dtype=bool)],
        cold,
    )


def temporal_split__wrong_cold_unsorted(events, cutoff):
    """Cold users in order of appearance, not ascending."""
    train, later = events[events["day"] < cutoff], events[events["day"] >= cutoff]
    known = later["user"].isin(train["user"])
    return train, later[known], later.loc[~known, "user"].unique().tolist()


def temporal_split__wrong_cold_repeated(events, cutoff):
    """A cold user with two purchases is listed twice."""
    train, later = events[events["day"] < cutoff], events[events["day"] >= cutoff]
    known = later["user"].isin(train["user"])
    return train, later[known], sorted(later.loc[~known, "user"].tolist())


def temporal_split__wrong_index_reset(events, cutoff):
    """Both frames are numbered from 0: the index of the rows is lost."""
    train, test, cold = temporal_split__right_masks(events, cutoff)
    return train.reset_index(drop=True), test.reset_index(drop=True), cold


def temporal_split__wrong_sorted_by_day(events, cutoff):
    """Sorts by day first, so the rows do not keep their order."""
    return temporal_split__right_masks(events.sort_values("day", kind="stable"), cutoff)


def temporal_split__wrong_sorts_in_place(events, cutoff):
    """Sorts the caller's table in place: the input is changed."""
    events.sort_values("day", inplace=True)
    return temporal_split__right_masks(events, cutoff)


def temporal_split__wrong_train_of_returning(events, cutoff):
    """Keeps in train only the users who come back: the recommender should learn from all events before the cutoff."""
    train, test, cold = temporal_split__right_masks(events, cutoff)
    return train[train["user"].isin(test["user"])], test, cold


def temporal_split__wrong_cold_count(events, cutoff):
    """Returns the number of cold users, not the list of them."""
    train, test, cold = temporal_split__right_masks(events, cutoff)
    return train, test, len(cold)


def temporal_split__wrong_merge(events, cutoff):
    """Joins test with the users of train by merge, which makes a new index."""
    train, later = events[events["day"] < cutoff], events[events["day"] >= cutoff]
    test = later.merge(train[["user"]].drop_duplicates(), on="user")
    return train, test, sorted(set(later["user"].tolist()) - set(train["user"].tolist()))


# ------------------------------------------------------------------ precision_recall_at_k
def precision_recall_at_k__right_sets(ranked, relevant, k):
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__right_loop(ranked, relevant, k):
    left = set(relevant)
    total = len(left)
    if total == 0:
        return float("nan"), float("nan")
    hits = 0
    for item in ranked[:k]:
        if item in left:
            hits += 1
            left.remove(item)
    return hits / k, hits / total


def precision_recall_at_k__right_numpy(ranked, relevant, k):
    if len(relevant) == 0:
        return np.nan, np.nan
    unique = list(dict.fromkeys(relevant))
    hits = np.sum([item in ranked[:k] for item in unique])
    return np.float64(hits / k), np.float64(hits / len(unique))


def precision_recall_at_k__right_counter(ranked, relevant, k):
    wanted, shown = Counter(relevant), Counter(ranked[:k])
    hits = sum(1 for item in wanted if shown[item])
    return (hits / k, hits / len(wanted)) if wanted else (float("nan"),) * 2


def precision_recall_at_k__wrong_over_shown(ranked, relevant, k):
    """Precision over the number of shown items, not over k: too high when the list is shorter than k."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    shown = ranked[:k]
    hits = len(wanted & set(shown))
    return (hits / len(shown) if shown else 0.0), hits / len(wanted)


def precision_recall_at_k__wrong_hit_twice(ranked, relevant, k):
    """An item that is shown twice is counted as two hits; recall can exceed 1."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = sum(item in wanted for item in ranked[:k])
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_relevant_twice(ranked, relevant, k):
    """Recall over the length of the list of relevant items, where an item that is listed twice counts twice."""
    if not relevant:
        return math.nan, math.nan
    hits = len(set(relevant) & set(ranked[:k]))
    return hits / k, hits / len(relevant)


def precision_recall_at_k__wrong_duplicates_removed_first(ranked, relevant, k):
    """Repeated items are removed before the cut, so an item shown twice takes one place and a later one moves up."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(list(dict.fromkeys(ranked))[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_all_places(ranked, relevant, k):
    """Counts hits in the whole list, not in the first k places."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_zero_when_none(ranked, relevant, k):
    """0 and 0 when nothing is relevant, not NaN."""
    wanted = set(relevant)
    if not wanted:
        return 0.0, 0.0
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_only_recall_nan(ranked, relevant, k):
    """Without relevant items only recall is NaN; precision is 0 and should be NaN too."""
    wanted = set(relevant)
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted) if wanted else math.nan


def precision_recall_at_k__wrong_recall_capped(ranked, relevant, k):
    """Recall over min(k, number of relevant): another metric when more than k items are relevant."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / min(k, len(wanted))


def precision_recall_at_k__wrong_k_capped(ranked, relevant, k):
    """Precision over min(k, len(ranked)): an empty list even divides by 0, here guarded by 1."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / max(1, min(k, len(ranked))), hits / len(wanted)


def precision_recall_at_k__wrong_swapped(ranked, relevant, k):
    """Returns recall first and precision second."""
    precision, recall = precision_recall_at_k__right_sets(ranked, relevant, k)
    return recall, precision


def precision_recall_at_k__wrong_different_shown(ranked, relevant, k):
    """Precision over the number of different items shown: an item shown twice takes two places."""
    wanted, shown = set(relevant), set(ranked[:k])
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & shown)
    return hits / (k - (len(ranked[:k]) - len(shown))), hits / len(wanted)


def precision_recall_at_k__wrong_nan_when_nothing_shown(ranked, relevant, k):
    """NaN when nothing is shown; an empty list has precision 0 and recall 0."""
    if not relevant or not ranked:
        return math.nan, math.nan
    return precision_recall_at_k__right_sets(ranked, relevant, k)


def precision_recall_at_k__wrong_rounded(ranked, relevant, k):
    """Rounds to two decimals."""
    precision, recall = precision_recall_at_k__right_sets(ranked, relevant, k)
    return round(precision, 2), round(recall, 2)


# ------------------------------------------------------------------ ndcg_at_k
def ndcg_at_k__right_two_sums(ranked, gain, k):
    def dcg(gains):
        return sum(g / math.log2(j + 2) for j, g in enumerate(gains[:k]))

    best = dcg(sorted(gain.values(), reverse=True))
    if best == 0:
        return math.nan
    seen, gains = set(), []
    for item in ranked:
        gains.append(0 if item in seen else gain.get(item, 0))
        seen.add(item)
    return dcg(gains) / best


def ndcg_at_k__right_natural_log(ranked, gain, k):
    left = dict(gain)
    shown = [left.pop(item, 0.0) for item in ranked[:k]]
    ideal = sorted(gain.values())[::-1][:k]
    total = sum(g / math.log(j + 1) for j, g in enumerate(ideal, start=1))
    if not total > 0:
        return float("nan")
    return sum(g / math.log(j + 1) for j, g in enumerate(shown, start=1)) / total


def ndcg_at_k__right_numpy(ranked, gain, k):
    discount = 1 / np.log2(np.arange(2, k + 2))
    g = np.zeros(k)
    for j, item in enumerate(ranked[:k]):
        if item not in ranked[:j]:
            g[j] = gain.get(item, 0)
    best = np.zeros(k)
    top = np.sort(np.array(list(gain.values()), dtype=float))[::-1][:k]
    best[: len(top)] = top
    ideal = best @ discount
    return g @ discount / ideal if ideal > 0 else np.nan


def ndcg_at_k__right_from_behind(ranked, gain, k):
    if not any(gain.values()):
        return float("nan")
    first = {}
    for j, item in enumerate(ranked[:k]):
        first.setdefault(item, j)
    dcg = math.fsum(gain[item] / math.log2(2 + j) for item, j in first.items() if item in gain)
    ideal = math.fsum(
        g / math.log2(2 + j) for j, g in enumerate(sorted(gain.values(), reverse=True)) if j < k
    )
    return dcg / ideal


def _ndcg(ranked, gain, k, first=1, power=False, dedupe=True, ideal="all", discount=None):
    """Helper of the wrong ones: first-place offset, power of two and so on."""
    f = (lambda g: 2.0**g - 1) if power else float
    d = discount or (lambda j: math.log2(j + 1))
    seen, dcg = set(), 0.0
    for j, item in enumerate(ranked[:k], start=first):
        if not (dedupe and item in seen):
            dcg += f(gain.get(item, 0)) / d(j)
        seen.add(item)
    values = {"all": list(gain.values()), "shown": [gain.get(i, 0) for i in ranked[:k]]}[ideal]
    best = sum(f(g) / d(j) for j, g in enumerate(sorted(values, reverse=True)[:k], start=first))
    return dcg / best if best > 0 else math.nan


def ndcg_at_k__wrong_ideal_of_shown(ranked, gain, k):
    """The best list is made of the shown items only: a list that misses relevant items can still score 1."""
    return (
        _ndcg(list(dict.fromkeys(ranked[:k])), gain, k, ideal="shown")
        if any(gain.values())
        else math.nan
    )


def ndcg_at_k__wrong_ideal_not_cut(ranked, gain, k):
    """The best list is not cut at k: with more relevant items than places a perfect page scores below 1."""
    if not any(gain.values()):
        return math.nan
    ideal = sum(g / math.log2(j + 2) for j, g in enumerate(sorted(gain.values(), reverse=True)))
    left = dict(gain)
    return sum(left.pop(i, 0) / math.log2(j + 2) for j, i in enumerate(ranked[:k])) / ideal


def ndcg_at_k__wrong_power_of_two(ranked, gain, k):
    """Gains enter as 2 ** g - 1: equal for gains of 0 and 1, different for others."""
    return _ndcg(ranked, gain, k, power=True)


def ndcg_at_k__wrong_gains_twice(ranked, gain, k):
    """An item that is shown again gains again; the score can exceed 1."""
    return _ndcg(ranked, gain, k, dedupe=False)


def ndcg_at_k__wrong_places_not_taken(ranked, gain, k):
    """Repeated items are removed before the places are counted, so what stands behind moves up."""
    return _ndcg(list(dict.fromkeys(ranked)), gain, k)


def ndcg_at_k__wrong_whole_list(ranked, gain, k):
    """The list is not cut at k: hits behind place k count."""
    left = dict(gain)
    dcg = sum(left.pop(i, 0) / math.log2(j + 2) for j, i in enumerate(ranked))
    ideal = sum(g / math.log2(j + 2) for j, g in enumerate(sorted(gain.values(), reverse=True)[:k]))
    return dcg / ideal if ideal else math.nan


def ndcg_at_k__wrong_zero_without_gain(ranked, gain, k):
    """0 when nothing has a gain, not NaN."""
    score = _ndcg(ranked, gain, k)
    return 0.0 if math.isnan(score) else score


def ndcg_at_k__wrong_empty_only(ranked, gain, k):
    """Returns NaN only for an empty dict: with gains that are all 0 it divides by 0."""
    if not gain:
        return math.nan
    left = dict(gain)
    dcg = sum(left.pop(i, 0) / math.log2(j + 2) for j, i in enumerate(ranked[:k]))
    return dcg / sum(
        g / math.log2(j + 2) for j, g in enumerate(sorted(gain.values(), reverse=True)[:k])
    )


def ndcg_at_k__wrong_binary(ranked, gain, k):
    """Every gain counts as 1: the size of the gains is ignored."""
    return _ndcg(ranked, {i: 1 for i, g in gain.items() if g > 0}, k)


def ndcg_at_k__wrong_old_discount(ranked, gain, k):
    """The discount of 2002, log2(j) from the second place on: the first two places are not discounted."""
    return _ndcg(ranked, gain, k, discount=lambda j: max(1.0, math.log2(j)))


def ndcg_at_k__wrong_one_over_rank(ranked, gain, k):
    """Discounts by 1 / j, not by 1 / log2(j + 1)."""
    return _ndcg(ranked, gain, k, discount=float)


def ndcg_at_k__wrong_discount_shifted(ranked, gain, k):
    """log2(j + 2): places are counted from 1 and the 2 of a count from 0 is added."""
    return _ndcg(ranked, gain, k, discount=lambda j: math.log2(j + 2))


def ndcg_at_k__wrong_ideal_in_dict_order(ranked, gain, k):
    """The best list takes the gains in the order of the dict, without sorting them."""
    ideal = sum(g / math.log2(j + 2) for j, g in enumerate(list(gain.values())[:k]))
    left = dict(gain)
    return (
        sum(left.pop(i, 0) / math.log2(j + 2) for j, i in enumerate(ranked[:k])) / ideal
        if ideal
        else math.nan
    )


def ndcg_at_k__wrong_ideal_as_long_as_list(ranked, gain, k):
    """The best list is as long as the shown one: a list shorter than k is not punished for its empty places."""
    return _ndcg(ranked, gain, min(k, len(ranked)))


def ndcg_at_k__wrong_pops_gain(ranked, gain, k):
    """Pops the items from gain itself: right result, but the caller's dict is changed."""
    ideal = sum(g / math.log2(j + 2) for j, g in enumerate(sorted(gain.values(), reverse=True)[:k]))
    if ideal == 0:
        return math.nan
    return sum(gain.pop(i, 0) / math.log2(j + 2) for j, i in enumerate(ranked[:k])) / ideal


# ------------------------------------------------------------------ kill_ndcg
def _close(a, b):
    return (math.isnan(a) and math.isnan(b)) or abs(a - b) < 1e-9


_NDCG_CASES = [
    (["a", "b"], {"b": 1}, 2),
    (["a", "b", "c"], {"a": 3, "b": 2, "c": 1}, 3),
    (["c", "b", "a"], {"a": 3, "b": 2, "c": 1}, 3),
    (["c", "x", "a", "b"], {"a": 3.5, "b": 0.5, "c": 1, "d": 7}, 3),
    (["a", "a", "b"], {"a": 1, "b": 2}, 3),
    (["x", "b", "b", "a", "c"], {"c": 1, "a": 5, "b": 2}, 4),
    (["a"], {"a": 1, "b": 1, "c": 1}, 3),
    ([], {"a": 1}, 2),
    (["a", "b"], {}, 2),
    (["a", "b"], {"a": 0, "b": 0}, 2),
    ([1, 2], {i: 1 for i in range(1, 11)}, 2),
    ([9, 8, 1], {1: 4, 2: 3}, 2),
    (["a", "b", "c", "d"], {"d": 2, "b": 4}, 10),
    (["z", "y"], {"a": 1}, 1),
]


def kill_ndcg__right_reference(fn):
    return all(
        _close(float(fn(list(r), dict(g), k)), ndcg_at_k__right_two_sums(r, g, k))
        for r, g, k in _NDCG_CASES
    )


def kill_ndcg__right_random(fn):
    rng = np.random.default_rng(5)
    for _ in range(300):
        ranked = rng.integers(0, 12, rng.integers(0, 9)).tolist()
        items = rng.choice(12, rng.integers(0, 9), replace=False).tolist()
        gain = {
            i: float(g)
            for i, g in zip(items, rng.integers(0, 5, len(items)) * rng.choice([1, 0.5]))
        }
        k = int(rng.integers(1, 10))
        if not _close(
            float(fn(ranked[:], dict(gain), k)), float(ndcg_at_k__right_numpy(ranked, gain, k))
        ):
            return False
    return _close(float(fn([1], {}, 3)), math.nan)


def kill_ndcg__right_by_hand(fn):
    l3, l4, l5 = math.log2(3), 2.0, math.log2(5)
    table = [
        (
            ["a", "b", "c"],
            {"a": 1, "b": 2, "c": 4},
            3,
            (1 + 2 / l3 + 4 / l4) / (4 + 2 / l3 + 1 / l4),
        ),
        (["a", "a", "b"], {"a": 3, "b": 2}, 3, (3 + 2 / l4) / (3 + 2 / l3)),
        (["a"], {"a": 2, "b": 3}, 5, 2 / (3 + 2 / l3)),
        (["a", "b"], {"a": 1, "b": 1, "c": 1, "d": 1}, 2, 1.0),
        (["x", "y", "a"], {"a": 1}, 2, 0.0),
        (["x", "y", "z", "a"], {"a": 0.5}, 4, 1 / l5),
    ]
    ok = all(abs(fn(r, g, k) - want) < 1e-6 for r, g, k, want in table)
    return bool(ok and np.isnan(fn(["a"], {}, 1)) and np.isnan(fn(["a"], {"a": 0}, 1)))


def kill_ndcg__wrong_only_example(fn):
    """Only the docstring example, on which all planted mistakes are right."""
    return round(float(fn(["a", "b"], {"b": 1}, 2)), 4) == 0.6309


def kill_ndcg__wrong_perfect_list(fn):
    """Tries perfect lists only: nearly every wrong formula gives 1 for them."""
    return (
        abs(fn(["a", "b", "c"], {"a": 3, "b": 2, "c": 1}, 3) - 1) < 1e-9
        and abs(fn([1, 2], {1: 1, 2: 1}, 2) - 1) < 1e-9
    )


def kill_ndcg__wrong_exact_equality(fn):
    """Compares floats exactly: right implementations that add in another order or use another logarithm are rejected."""
    for r, g, k in _NDCG_CASES:
        a, b = fn(r, dict(g), k), ndcg_at_k__right_two_sums(r, g, k)
        if a != b and not (math.isnan(a) and math.isnan(b)):
            return False
    return True


def kill_ndcg__wrong_binary_gains(fn):
    """All gains are 1 and nothing repeats: mistakes in the use of gains and of repetition pass."""
    for r, g, k in [
        (["a", "b", "c"], {"c": 1}, 3),
        (["x", "a"], {"a": 1, "b": 1}, 2),
        (["a", "b"], {"b": 1}, 1),
    ]:
        if not _close(float(fn(r, g, k)), ndcg_at_k__right_two_sums(r, g, k)):
            return False
    return True


def kill_ndcg__wrong_nan_by_equality(fn):
    """Compares with NaN by ==, which is never true: every right implementation is rejected."""
    return (
        all(
            abs(fn(r, g, k) - ndcg_at_k__right_two_sums(r, g, k)) < 1e-9
            for r, g, k in _NDCG_CASES
            if g
        )
        and fn(["a"], {}, 1) == math.nan
    )


def kill_ndcg__wrong_between_zero_and_one(fn):
    """Checks only that the score lies from 0 to 1."""
    rng = np.random.default_rng(0)
    for _ in range(50):
        r = rng.permutation(8).tolist()
        if not 0 <= fn(r, {i: int(rng.integers(1, 4)) for i in range(5)}, 4) <= 1 + 1e-9:
            return False
    return True


def kill_ndcg__wrong_sklearn(fn):
    """Compares with sklearn on full lists: nothing is missing, repeated, longer than k or without gains, so half of the mistakes pass."""
    rng = np.random.default_rng(0)
    for _ in range(20):
        g = rng.integers(0, 4, 6)
        if not g.any():
            continue
        want = ndcg_score([g], [np.arange(6, 0, -1)])
        if abs(fn(list(range(6)), dict(enumerate(g.tolist())), 6) - want) > 1e-9:
            return False
    return True


def kill_ndcg__wrong_demands_zero(fn):
    """Demands 0 for a user without gains; the statement says NaN, so right ones are rejected."""
    return fn(["a"], {}, 1) == 0 and all(
        _close(fn(r, g, k), ndcg_at_k__right_two_sums(r, g, k))
        for r, g, k in _NDCG_CASES
        if any(g.values())
    )


def kill_ndcg__wrong_demands_type_error(fn):
    """Demands a ValueError for k = 0, which the contract does not promise."""
    try:
        fn(["a"], {"a": 1}, 0)
    except ValueError:
        return kill_ndcg__right_by_hand(fn)
    return False


def kill_ndcg__wrong_order_matters_only(fn):
    """Checks that a better order scores higher; wrong discounts, bests and repetitions pass."""
    g = {"a": 3, "b": 2, "c": 1}
    return fn(["a", "b", "c"], g, 3) > fn(["b", "a", "c"], g, 3) > fn(["c", "b", "a"], g, 3)


# ------------------------------------------------------------------ popularity_topk
def popularity_topk__right_nunique(train, user, k, exclude_seen=True):
    counts = train.groupby("item")["user"].nunique()
    if exclude_seen:
        counts = counts.drop(train.loc[train["user"] == user, "item"].unique())
    return counts.sort_values(ascending=False, kind="stable").index[:k].tolist()


def popularity_topk__right_sets(train, user, k, exclude_seen=True):
    buyers = defaultdict(set)
    for u, i in zip(train["user"].tolist(), train["item"].tolist()):
        buyers[i].add(u)
    items = [i for i in buyers if not (exclude_seen and user in buyers[i])]
    return sorted(items, key=lambda i: (-len(buyers[i]), i))[:k]


def popularity_topk__right_pairs(train, user, k, exclude_seen=True):
    pairs = train[["user", "item"]].drop_duplicates()
    table = pairs["item"].value_counts().rename_axis("item").reset_index(name="n")
    if exclude_seen:
        table = table[~table["item"].isin(pairs.loc[pairs["user"].eq(user), "item"])]
    return table.sort_values(["n", "item"], ascending=[False, True])["item"].head(k).tolist()


def popularity_topk__right_lexsort(train, user, k, exclude_seen=True):
    pairs = np.unique(train[["user", "item"]].to_numpy(), axis=0)
    items, n = np.unique(pairs[:, 1], return_counts=True)
    order = items[np.lexsort((items, -n))]
    if exclude_seen:
        order = order[~np.isin(order, pairs[pairs[:, 0] == user, 1])]
    return [int(i) for i in order[:k]]


def popularity_topk__unsure_quantity_zero(train, user, k, exclude_seen=True):
    return popularity_topk__right_nunique(train[train["quantity"] > 0], user, k, exclude_seen)


def _top(counts, train, user, k, exclude_seen):
    if exclude_seen:
        counts = counts.drop(train.loc[train["user"] == user, "item"].unique())
    return counts.sort_index().sort_values(ascending=False, kind="stable").index[:k].tolist()


def popularity_topk__wrong_rows(train, user, k, exclude_seen=True):
    """Counts purchases, not different users: one user who buys often makes an item popular."""
    return _top(train.groupby("item").size(), train, user, k, exclude_seen)


def popularity_topk__wrong_quantity(train, user, k, exclude_seen=True):
    """Adds up quantities, not users."""
    return _top(train.groupby("item")["quantity"].sum(), train, user, k, exclude_seen)


def popularity_topk__wrong_excluded_after_cut(train, user, k, exclude_seen=True):
    """Cuts at k first and then removes what the user has: the list is too short."""
    top = _top(train.groupby("item")["user"].nunique(), train, user, k, False)
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [i for i in top if i not in seen]


def popularity_topk__wrong_higher_number_first(train, user, k, exclude_seen=True):
    """Of equally popular items the higher number comes first (the ascending order is reversed as a whole)."""
    counts = train.groupby("item")["user"].nunique()
    if exclude_seen:
        counts = counts.drop(train.loc[train["user"] == user, "item"].unique())
    return counts.sort_values(kind="stable").index[::-1][:k].tolist()


def popularity_topk__wrong_ties_by_appearance(train, user, k, exclude_seen=True):
    """value_counts leaves equals in order of appearance, not of their number."""
    pairs = train.drop_duplicates(["user", "item"])
    counts = pairs["item"].value_counts()
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [i for i in counts.index.tolist() if i not in seen][:k]


def popularity_topk__wrong_always_excludes(train, user, k, exclude_seen=True):
    """exclude_seen is ignored: seen items are always left out."""
    return _top(train.groupby("item")["user"].nunique(), train, user, k, True)


def popularity_topk__wrong_never_excludes(train, user, k, exclude_seen=True):
    """exclude_seen is ignored: seen items are never left out."""
    return _top(train.groupby("item")["user"].nunique(), train, user, k, False)


def popularity_topk__wrong_without_own_user(train, user, k, exclude_seen=True):
    """The user's own purchases do not count for popularity: with exclude_seen=False the order changes and her own items may be missing."""
    others = train[train["user"] != user]
    counts = others.groupby("item")["user"].nunique()
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [
        i
        for i in counts.sort_values(ascending=False, kind="stable").index.tolist()
        if i not in seen
    ][:k]


def popularity_topk__wrong_cold_gets_nothing(train, user, k, exclude_seen=True):
    """A user who does not occur in train gets an empty list, not the popular items."""
    if user not in set(train["user"]):
        return []
    return popularity_topk__right_nunique(train, user, k, exclude_seen)


def popularity_topk__wrong_padded(train, user, k, exclude_seen=True):
    """Fills up with seen items when there are fewer than k new ones; the list should be shorter."""
    top = popularity_topk__right_nunique(train, user, k, exclude_seen)
    if len(top) < k:
        top += [i for i in popularity_topk__right_nunique(train, user, k, False) if i not in top][
            : k - len(top)
        ]
    return top


def popularity_topk__wrong_returns_counts(train, user, k, exclude_seen=True):
    """Returns the numbers of buyers, not the items."""
    counts = train.groupby("item")["user"].nunique()
    if exclude_seen:
        counts = counts.drop(train.loc[train["user"] == user, "item"].unique())
    return counts.sort_values(ascending=False).head(k).tolist()


def popularity_topk__wrong_nlargest_keep_all(train, user, k, exclude_seen=True):
    """nlargest(keep="all") returns more than k items when the last place is tied."""
    counts = train.groupby("item")["user"].nunique()
    if exclude_seen:
        counts = counts.drop(train.loc[train["user"] == user, "item"].unique())
    return counts.nlargest(k, keep="all").index.tolist()


def popularity_topk__wrong_sorts_in_place(train, user, k, exclude_seen=True):
    """Sorts and deduplicates the caller's table in place."""
    train.drop_duplicates(["user", "item"], inplace=True)
    return popularity_topk__right_nunique(train, user, k, exclude_seen)


# ------------------------------------------------------------------ paired_bootstrap_ci
def paired_bootstrap_ci__right_index(a, b, n=2000, seed=0):
    d = np.asarray(a, float) - np.asarray(b, float)
    rng = np.random.default_rng(seed)
    means = [d[rng.integers(0, len(d), len(d))].mean() for _ in range(n)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__right_multinomial(a, b, n=2000, seed=0):
    d = np.asarray(a, dtype=float) - np.asarray(b, dtype=float)
    m = len(d)
    counts = np.random.default_rng(seed).multinomial(m, np.full(m, 1 / m), size=n)
    return tuple(np.quantile(counts @ d / m, [0.025, 0.975]))


def paired_bootstrap_ci__right_choice(a, b, n=2000, seed=0):
    rng = np.random.RandomState(seed)
    d = (np.asarray(a).astype(float) - np.asarray(b).astype(float)).tolist()
    means = sorted(np.mean(rng.choice(d, size=len(d), replace=True)) for _ in range(n))
    return np.quantile(means, 0.025), np.quantile(means, 0.975)


def paired_bootstrap_ci__unsure_same_rows(a, b, n=2000, seed=0):
    a, b = np.asarray(a, float), np.asarray(b, float)
    rng = np.random.default_rng(seed)
    out = np.empty(n)
    for i in range(n):
        rows = rng.choice(len(a), len(a))
        out[i] = a[rows].mean() - b[rows].mean()
    return float(np.quantile(out, 0.025)), float(np.quantile(out, 0.975))


def paired_bootstrap_ci__unsure_seed_ignored(a, b, n=2000, seed=0):
    return paired_bootstrap_ci__right_index(a, b, n, 0)


def paired_bootstrap_ci__wrong_unpaired(a, b, n=2000, seed=0):
    """Draws the users of a and of b separately: the pairing is lost, and the interval is too wide when a and b go together."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    rng = np.random.default_rng(seed)
    d = [rng.choice(a, len(a)).mean() - rng.choice(b, len(b)).mean() for _ in range(n)]
    low, high = np.percentile(d, [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_spread_of_users(a, b, n=2000, seed=0):
    """Percentiles of the differences of users, not of their mean: far too wide."""
    d = np.asarray(a, float) - np.asarray(b, float)
    low, high = np.percentile(np.random.default_rng(seed).choice(d, n), [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_ninety(a, b, n=2000, seed=0):
    """The 5th and the 95th percentile: a 90 % interval."""
    d = np.asarray(a, float) - np.asarray(b, float)
    rng = np.random.default_rng(seed)
    low, high = np.percentile([rng.choice(d, len(d)).mean() for _ in range(n)], [5, 95])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_fraction_as_percent(a, b, n=2000, seed=0):
    """np.percentile with 0.025 and 0.975: both ends are near the minimum, below one per cent."""
    d = np.asarray(a, float) - np.asarray(b, float)
    rng = np.random.default_rng(seed)
    low, high = np.percentile([rng.choice(d, len(d)).mean() for _ in range(n)], [0.025, 0.975])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_b_minus_a(a, b, n=2000, seed=0):
    """The sign is turned: b - a."""
    return paired_bootstrap_ci__right_index(b, a, n, seed)


def paired_bootstrap_ci__wrong_without_replacement(a, b, n=2000, seed=0):
    """Shuffles instead of drawing with replacement: every sample has the same mean and the interval has no width."""
    d = np.asarray(a, float) - np.asarray(b, float)
    rng = np.random.default_rng(seed)
    low, high = np.percentile([rng.permutation(d).mean() for _ in range(n)], [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_sample_of_n(a, b, n=2000, seed=0):
    """Takes n for the size of a sample and draws len(a) samples: the width depends on n."""
    d = np.asarray(a, float) - np.asarray(b, float)
    rng = np.random.default_rng(seed)
    low, high = np.percentile(rng.choice(d, (len(d), n)).mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_axis(a, b, n=2000, seed=0):
    """Mean over the wrong axis: the mean over draws for each user place, not over users for each draw."""
    d = np.asarray(a, float) - np.asarray(b, float)
    rng = np.random.default_rng(seed)
    low, high = np.percentile(rng.choice(d, (n, len(d))).mean(axis=0), [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_no_seed(a, b, n=2000, seed=0):
    """The generator gets no seed: two calls give different intervals."""
    d = np.asarray(a, float) - np.asarray(b, float)
    rng = np.random.default_rng()
    low, high = np.percentile([rng.choice(d, len(d)).mean() for _ in range(n)], [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_integer_types(a, b, n=2000, seed=0):
    """Subtracts in the type of the input: unsigned integers wrap round below 0, and booleans raise."""
    d = a - b
    rng = np.random.default_rng(seed)
    low, high = np.percentile([rng.choice(d, len(d)).mean() for _ in range(n)], [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_median(a, b, n=2000, seed=0):
    """The median of each sample, not its mean: differs when the differences are skewed."""
    d = np.asarray(a, float) - np.asarray(b, float)
    rng = np.random.default_rng(seed)
    low, high = np.percentile([np.median(rng.choice(d, len(d))) for _ in range(n)], [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_normal(a, b, n=2000, seed=0):
    """Mean ± 1.96 standard errors, without drawing: symmetric, so it differs from the percentiles when few skewed differences are given."""
    d = np.asarray(a, float) - np.asarray(b, float)
    half = 1.96 * d.std(ddof=1) / math.sqrt(len(d)) if len(d) > 1 else 0.0
    return float(d.mean() - half), float(d.mean() + half)


def paired_bootstrap_ci__wrong_of_each(a, b, n=2000, seed=0):
    """Subtracts the ends of two separate intervals: low of a less low of b is no end of an interval of the difference."""
    rng = np.random.default_rng(seed)
    a, b = np.asarray(a, float), np.asarray(b, float)
    qa = np.percentile([rng.choice(a, len(a)).mean() for _ in range(n)], [2.5, 97.5])
    qb = np.percentile([rng.choice(b, len(b)).mean() for _ in range(n)], [2.5, 97.5])
    return float(qa[0] - qb[0]), float(qa[1] - qb[1])


# ------------------------------------------------------------------ signal_strength
def signal_strength__right_groupby(events, weights, asof, half_life):
    e = events[events["day"] < asof]
    e = e.assign(w=e["kind"].map(weights).fillna(0.0).astype(float))
    e = e.groupby(["user", "item", "session"], as_index=False).agg(
        w=("w", "max"), day=("day", "max")
    )
    e["strength"] = e["w"] * 0.5 ** ((asof - e["day"]) / half_life)
    out = e.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__right_dicts(events, weights, asof, half_life):
    best, day_of = {}, {}
    for u, i, s, d, kind in events[["user", "item", "session", "day", "kind"]].itertuples(
        index=False
    ):
        if d < asof:
            best[u, i, s] = max(best.get((u, i, s), 0.0), weights.get(kind, 0.0))
            day_of[s] = d
    total = defaultdict(float)
    for (u, i, s), w in best.items():
        total[u, i] += w * 2.0 ** (-(asof - day_of[s]) / half_life)
    rows = [(u, i, x) for (u, i), x in sorted(total.items()) if x != 0]
    return pd.DataFrame(rows, columns=["user", "item", "strength"])


def signal_strength__right_drop_duplicates(events, weights, asof, half_life):
    value = np.array([weights.get(k, 0) for k in events["kind"]], dtype=float)
    age = (asof - events["day"]).to_numpy()
    e = events[["user", "item", "session"]].assign(
        s=value * np.exp(-math.log(2) * age / half_life)
    )[age > 0]
    e = e.sort_values("s").drop_duplicates(["user", "item", "session"], keep="last")
    out = e.groupby(["user", "item"])["s"].sum().rename("strength")
    return out[out > 0].reset_index()


def _ss(e, asof, half_life, keys=("user", "item", "session"), factor=None, how="max"):
    e = e.groupby(list(keys), as_index=False).agg(w=("w", how), day=("day", "max"))
    age = asof - e["day"]
    e["strength"] = e["w"] * (0.5 ** (age / half_life) if factor is None else factor(age))
    out = e.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def _w(events, weights, asof):
    e = events[events["day"] < asof]
    return e.assign(w=e["kind"].map(weights).fillna(0.0).astype(float))


def signal_strength__wrong_all_events(events, weights, asof, half_life):
    """Adds every event of a session, not only the largest weight: a purchase with its views counts several times."""
    return _ss(_w(events, weights, asof), asof, half_life, how="sum")


def signal_strength__wrong_kinds_once(events, weights, asof, half_life):
    """Counts each kind once in a session and adds them: a view, a cart and a purchase give 14, not 10."""
    e = _w(events, weights, asof).drop_duplicates(["user", "item", "session", "kind"])
    return _ss(e, asof, half_life, how="sum")


def signal_strength__wrong_asof_included(events, weights, asof, half_life):
    """The day asof counts too (<=)."""
    return _ss(_w(events, weights, asof + 1), asof, half_life)


def signal_strength__wrong_whole_half_lives(events, weights, asof, half_life):
    """Only whole half-lives count (//): after half of one nothing is lost."""
    return _ss(
        _w(events, weights, asof), asof, half_life, factor=lambda age: 0.5 ** (age // half_life)
    )


def signal_strength__wrong_exponential(events, weights, asof, half_life):
    """exp(-age / half_life): after one half-life 37 % are left, not half."""
    return _ss(
        _w(events, weights, asof), asof, half_life, factor=lambda age: np.exp(-age / half_life)
    )


def signal_strength__wrong_per_day(events, weights, asof, half_life):
    """One decision per day, not per session: two sessions on one day with the same item count once."""
    return _ss(_w(events, weights, asof).assign(session=lambda e: e["day"]), asof, half_life)


def signal_strength__wrong_largest_ever(events, weights, asof, half_life):
    """The largest weight of a pair ever, at its last day: sessions are not added."""
    return _ss(_w(events, weights, asof), asof, half_life, keys=("user", "item"))


def signal_strength__wrong_session_shared(events, weights, asof, half_life):
    """The largest weight of the session goes to every item in it: a purchase of one item makes the others strong too."""
    e = _w(events, weights, asof)
    e["w"] = e.groupby("session")["w"].transform("max")
    return _ss(e, asof, half_life)


def signal_strength__wrong_one_item_per_session(events, weights, asof, half_life):
    """Keeps one row per session: of several items in a session only the strongest is left."""
    e = (
        _w(events, weights, asof)
        .sort_values("w", kind="stable")
        .drop_duplicates("session", keep="last")
    )
    return _ss(e, asof, half_life)


def signal_strength__wrong_unknown_kind_raises(events, weights, asof, half_life):
    """weights[kind] raises a KeyError for a kind that has no weight; it is worth 0."""
    e = events[events["day"] < asof]
    return _ss(e.assign(w=[float(weights[k]) for k in e["kind"]]), asof, half_life)


def signal_strength__wrong_zeros_kept(events, weights, asof, half_life):
    """Pairs with strength 0 stay in the table."""
    e = (
        _w(events, weights, asof)
        .groupby(["user", "item", "session"], as_index=False)
        .agg(w=("w", "max"), day=("day", "max"))
    )
    e["strength"] = e["w"] * 0.5 ** ((asof - e["day"]) / half_life)
    return e.groupby(["user", "item"], as_index=False)["strength"].sum()


def signal_strength__wrong_index_gaps(events, weights, asof, half_life):
    """Pairs with strength 0 are left out, but the rows are not numbered anew."""
    out = signal_strength__wrong_zeros_kept(events, weights, asof, half_life)
    return out[out["strength"] > 0]


def signal_strength__wrong_by_strength(events, weights, asof, half_life):
    """Sorted by strength, not by user and item."""
    out = signal_strength__right_groupby(events, weights, asof, half_life)
    return out.sort_values("strength", ascending=False, kind="stable").reset_index(drop=True)


def signal_strength__wrong_age_from_last_day(events, weights, asof, half_life):
    """The age is counted from the last day in events, not from asof."""
    return _ss(_w(events, weights, asof), events["day"].max(), half_life)


def signal_strength__wrong_last_event_of_session(events, weights, asof, half_life):
    """Takes the last row of a session, not the largest weight: a view after the purchase hides it."""
    return _ss(_w(events, weights, asof), asof, half_life, how="last")


def signal_strength__wrong_pair_index(events, weights, asof, half_life):
    """User and item are in the index, not in columns."""
    return signal_strength__right_groupby(events, weights, asof, half_life).set_index(
        ["user", "item"]
    )


# ------------------------------------------------------------------ mmr_rerank
def mmr_rerank__right_loop(relevance, similarity, k, lam=0.7):
    left = [i for i, r in enumerate(relevance) if not (math.isnan(r) or r == -math.inf)]
    chosen = []
    while left and len(chosen) < k:

        def value(i):
            penalty = max(similarity[i][j] for j in chosen) if chosen else 0.0
            return round(float(lam * relevance[i] - (1 - lam) * penalty), 9)

        best = max(left, key=lambda i: (value(i), -i))
        chosen.append(best)
        left.remove(best)
    return chosen


def mmr_rerank__right_numpy(relevance, similarity, k, lam=0.7):
    rel = np.asarray(relevance, float)
    items = np.flatnonzero(~np.isnan(rel) & (rel != -np.inf))
    sim = np.asarray(similarity, float)[np.ix_(items, items)]
    free = np.ones(len(items), bool)
    nearest = np.zeros(len(items))
    out = []
    for place in range(min(k, len(items))):
        value = np.round(lam * rel[items] - (1 - lam) * nearest, 9)
        value[~free] = -np.inf
        i = int(np.argmax(value))
        out.append(int(items[i]))
        free[i] = False
        nearest = sim[i].copy() if place == 0 else np.maximum(nearest, sim[i])
    return out


def mmr_rerank__right_submatrix(relevance, similarity, k, lam=0.7):
    chosen, rest = [], [int(i) for i in np.flatnonzero(np.isfinite(relevance))]
    for _ in range(k):
        if not rest:
            break
        penalty = similarity[np.ix_(rest, chosen)].max(axis=1) if chosen else np.zeros(len(rest))
        chosen.append(
            rest.pop(int(np.round(lam * relevance[rest] - (1 - lam) * penalty, 9).argmax()))
        )
    return chosen


def mmr_rerank__unsure_tolerance(relevance, similarity, k, lam=0.7):
    chosen, rest = [], [int(i) for i in np.flatnonzero(np.isfinite(relevance))]
    while rest and len(chosen) < k:
        penalty = similarity[np.ix_(rest, chosen)].max(axis=1) if chosen else np.zeros(len(rest))
        v = lam * relevance[rest] - (1 - lam) * penalty
        chosen.append(rest.pop(int(np.flatnonzero(v > v.max() - 5e-10)[0])))
    return chosen


def _mmr(relevance, similarity, k, lam, penalty, decimals=9, pick=np.argmax):
    chosen, rest = [], [int(i) for i in np.flatnonzero(np.isfinite(relevance))]
    while rest and len(chosen) < k:
        v = lam * relevance[rest] - (1 - lam) * penalty(similarity, rest, chosen)
        chosen.append(rest.pop(int(pick(v if decimals is None else np.round(v, decimals)))))
    return chosen


def _max(s, rest, chosen):
    return s[np.ix_(rest, chosen)].max(axis=1) if chosen else np.zeros(len(rest))


def mmr_rerank__wrong_mean(relevance, similarity, k, lam=0.7):
    """The mean similarity to the chosen items, not the largest: one near copy among many is hidden."""
    return _mmr(
        relevance,
        similarity,
        k,
        lam,
        lambda s, r, c: s[np.ix_(r, c)].mean(axis=1) if c else np.zeros(len(r)),
    )


def mmr_rerank__wrong_sum(relevance, similarity, k, lam=0.7):
    """The sum of the similarities, not the largest: the penalty grows with the list."""
    return _mmr(relevance, similarity, k, lam, lambda s, r, c: s[np.ix_(r, c)].sum(axis=1))


def mmr_rerank__wrong_last_only(relevance, similarity, k, lam=0.7):
    """Compares with the last chosen item only."""
    return _mmr(
        relevance, similarity, k, lam, lambda s, r, c: s[r, c[-1]] if c else np.zeros(len(r))
    )


def mmr_rerank__wrong_first_only(relevance, similarity, k, lam=0.7):
    """Compares with the first chosen item only."""
    return _mmr(
        relevance, similarity, k, lam, lambda s, r, c: s[r, c[0]] if c else np.zeros(len(r))
    )


def mmr_rerank__wrong_max_from_zero(relevance, similarity, k, lam=0.7):
    """The running maximum starts at 0, so negative similarities earn nothing."""
    return _mmr(relevance, similarity, k, lam, lambda s, r, c: np.maximum(0, _max(s, r, c)))


def mmr_rerank__wrong_lam_swapped(relevance, similarity, k, lam=0.7):
    """lam weighs variety and 1 - lam relevance: the wrong way round (hidden at lam = 0.5)."""
    return _mmr(relevance, similarity, k, 1 - lam, _max)


def mmr_rerank__wrong_not_rounded(relevance, similarity, k, lam=0.7):
    """Values are compared exactly: items that agree in nine decimals are separated by rounding errors, so not the lowest number wins."""
    return _mmr(relevance, similarity, k, lam, _max, decimals=None)


def mmr_rerank__wrong_last_of_ties(relevance, similarity, k, lam=0.7):
    """Of equal items the highest number is chosen (last of argsort)."""
    return _mmr(
        relevance, similarity, k, lam, _max, pick=lambda v: np.argsort(v, kind="stable")[-1]
    )


def mmr_rerank__wrong_nan_shown(relevance, similarity, k, lam=0.7):
    """Only minus infinity is left out: an item with NaN relevance is chosen, because argmax takes NaN for the largest."""
    chosen, rest = [], [i for i in range(len(relevance)) if relevance[i] != -np.inf]
    while rest and len(chosen) < k:
        v = lam * relevance[rest] - (1 - lam) * _max(similarity, rest, chosen)
        chosen.append(rest.pop(int(np.argmax(np.round(v, 9)))))
    return chosen


def mmr_rerank__wrong_forbidden_at_the_end(relevance, similarity, k, lam=0.7):
    """Items with minus infinity come last instead of never: the list is filled up with them."""
    out = mmr_rerank__right_submatrix(relevance, similarity, k, lam)
    return (
        out
        + [i for i in range(len(relevance)) if i not in out and not np.isfinite(relevance[i])][
            : k - len(out)
        ]
    )


def mmr_rerank__wrong_forbidden_rows_spread(relevance, similarity, k, lam=0.7):
    """The penalty is the maximum over the row with unchosen columns multiplied by 0: NaN in forbidden columns spreads, and negative similarities become 0."""
    mask = np.zeros(len(relevance))
    chosen = []
    free = np.isfinite(relevance)
    while free.any() and len(chosen) < k:
        v = np.round(
            lam * np.where(free, relevance, 0) - (1 - lam) * (similarity * mask).max(axis=1), 9
        )
        i = int(np.argmax(np.where(free, v, -np.inf)))
        chosen.append(i)
        mask[i], free[i] = 1, False
    return chosen


def mmr_rerank__wrong_first_by_relevance(relevance, similarity, k, lam=0.7):
    """The first place goes to the most relevant item without rounding and lam: with lam = 0 all are equal and item 0 should be first."""
    allowed = [int(i) for i in np.flatnonzero(np.isfinite(relevance))]
    if not allowed:
        return []
    chosen = [max(allowed, key=lambda i: relevance[i])]
    rest = [i for i in allowed if i != chosen[0]]
    while rest and len(chosen) < k:
        v = np.round(lam * relevance[rest] - (1 - lam) * _max(similarity, rest, chosen), 9)
        chosen.append(rest.pop(int(v.argmax())))
    return chosen


def mmr_rerank__wrong_changes_relevance(relevance, similarity, k, lam=0.7):
    """Marks chosen items with minus infinity in relevance itself: the input is changed."""
    chosen = []
    for _ in range(k):
        free = np.flatnonzero(np.isfinite(relevance))
        if len(free) == 0:
            break
        v = np.round(lam * relevance[free] - (1 - lam) * _max(similarity, free, chosen), 9)
        i = int(free[v.argmax()])
        chosen.append(i)
        relevance[i] = -np.inf
    return chosen


def mmr_rerank__wrong_top_relevance_first(relevance, similarity, k, lam=0.7):
    """Takes the k most relevant items and only orders these: a different item from further down never comes in."""
    allowed = [int(i) for i in np.flatnonzero(np.isfinite(relevance))]
    top = sorted(sorted(allowed, key=lambda i: (-relevance[i], i))[:k])
    return [
        top[i]
        for i in mmr_rerank__right_submatrix(relevance[top], similarity[np.ix_(top, top)], k, lam)
    ]


def mmr_rerank__wrong_always_k(relevance, similarity, k, lam=0.7):
    """Assumes that k items may be shown: raises when fewer are left."""
    chosen, rest = [], [int(i) for i in np.flatnonzero(np.isfinite(relevance))]
    for _ in range(k):
        v = np.round(lam * relevance[rest] - (1 - lam) * _max(similarity, rest, chosen), 9)
        chosen.append(rest.pop(int(v.argmax())))
    return chosen


# What each wrong answer may be told: everything that the misconception says is true of it.


def _be_score(events, cutoff, k, defect=None):
    start = cutoff + 1 if defect == "cutoff_day_in_training" else cutoff
    past = [x for x in events if x[2] < start]
    future = [x for x in events if x[2] >= start]
    counted = events if defect == "future_in_popularity" else past
    if defect == "lines_instead_of_users":
        popularity = Counter(item for _, item, _ in counted)
    else:
        popularity = Counter(item for _, item in {(user, item) for user, item, _ in counted})
    order = sorted(popularity, key=lambda item: (-popularity[item], item))
    scores = []
    for user in sorted({x[0] for x in events}):
        had = {item for one, item, _ in past if one == user}
        bought = {item for one, item, _ in future if one == user}
        if not had:
            if defect == "cold_users_score_zero" and bought:
                scores.append(0.0)
            continue
        if defect == "seen_items_count":
            had = set()
        new = bought - had
        if not new:
            continue
        shown = [item for item in order if item not in had][:k]
        hits = len(new & set(shown))
        scores.append(hits / (k if defect == "divided_by_k" else len(new)))
    return sum(scores) / len(scores) if scores else math.nan


_BE_PAST = [(1, "A", 1), (2, "B", 1), (3, "B", 1), (2, "C", 1)]


def _be_table():
    past = list(_BE_PAST)
    return {
        "future_in_popularity": (
            [*past, (1, "B", 10), (4, "C", 10), (5, "C", 11), (6, "C", 12)],
            10,
            1,
        ),
        "cutoff_day_in_training": ([*past, (1, "B", 11), (4, "C", 10), (5, "C", 10)], 10, 1),
        "seen_items_count": ([*past, (1, "A", 10), (1, "B", 11)], 10, 1),
        "lines_instead_of_users": ([*past, (2, "C", 2), (2, "C", 3), (1, "B", 10)], 10, 1),
        "divided_by_k": ([*past, (1, "B", 10), (1, "D", 10)], 10, 1),
        "cold_users_score_zero": ([*past, (1, "B", 10), (4, "B", 10)], 10, 1),
    }


def _be_patched(defect, **patch):
    return {**_be_table(), **patch}[defect]


def break_evaluation__right_table(defect):
    """A look-up table that grows from the four purchases of the hint."""
    return _be_table()[defect]


def break_evaluation__right_lists_of_two(defect):
    """Lists of two items; the judged user finds one of two new items, or both."""
    past = [(1, "A", 0), (2, "B", 0), (3, "B", 0), (2, "C", 0), (3, "C", 0), (2, "D", 0)]
    more = {
        "future_in_popularity": [(1, "B", 5), (1, "C", 5), *[(user, "D", 6) for user in (7, 8, 9)]],
        "cutoff_day_in_training": [(1, "C", 6), (7, "D", 5), (8, "D", 5)],
        "seen_items_count": [(1, "B", 5), (1, "A", 6), (1, "D", 7)],
        "lines_instead_of_users": [(2, "D", 1), (2, "D", 1), (2, "D", 2), (1, "C", 5)],
        "divided_by_k": [(1, "C", 5)],
        "cold_users_score_zero": [(1, "C", 5), (1, "D", 5), (7, "Z", 9)],
    }[defect]
    return past + more, 5, 2


def break_evaluation__right_random_search(defect):
    """Draws purchases until its own flawed evaluation gives another number than the right one."""
    rng = random.Random(3)
    while True:
        events = [
            (rng.randint(1, 5), rng.choice("ABCDE"), rng.randint(0, 9))
            for _ in range(rng.randint(6, 12))
        ]
        k = rng.randint(1, 3)
        right, wrong = _be_score(events, 5, k), _be_score(events, 5, k, defect)
        if right >= 0 and wrong >= 0 and abs(right - wrong) > 0.05:
            return events, 5, k


def break_evaluation__right_day_zero(defect):
    """Negative days, cutoff 0, rows from the latest to the first, large names of users."""
    events, cutoff, k = _be_table()[defect]
    moved = [(user * 1000, item, day - cutoff) for user, item, day in events]
    return sorted(moved, key=lambda x: (-x[2], x[0], x[1])), 0, k


def break_evaluation__right_score_from_zero(defect):
    """The right score is 0 and the flawed one is more, where the defect can do that."""
    past = list(_BE_PAST)
    return {
        "future_in_popularity": ([*past, (1, "C", 8), (4, "C", 9), (5, "C", 9)], 8, 1),
        "cutoff_day_in_training": ([*past, (1, "C", 9), (4, "C", 8), (5, "C", 8)], 8, 1),
        "seen_items_count": (
            [(1, "A", 1), (2, "A", 1), (3, "B", 1), (1, "A", 8), (1, "C", 8)],
            8,
            1,
        ),
        "lines_instead_of_users": ([*past, (2, "C", 2), (2, "C", 2), (1, "C", 8)], 8, 1),
        "divided_by_k": ([*past, (1, "B", 8), (1, "C", 8)], 8, 5),
        "cold_users_score_zero": ([*past, (1, "B", 8), (4, "C", 8), (5, "C", 8)], 8, 1),
    }[defect]


def break_evaluation__wrong_k_new_items(defect):
    """divided_by_k: she has as many new items as k, so both divide by 1."""
    return _be_patched(defect, divided_by_k=([*_BE_PAST, (1, "B", 10)], 10, 1))


def break_evaluation__wrong_no_hit_once_more(defect):
    """divided_by_k: two new items and no hit: 0 / 2 = 0 / 1."""
    return _be_patched(defect, divided_by_k=([*_BE_PAST, (1, "C", 10), (1, "D", 10)], 10, 1))


def break_evaluation__wrong_cold_beside_zero_once_more(defect):
    """cold_users_score_zero: the only judged user scores 0, so one more 0 changes nothing."""
    return _be_patched(
        defect, cold_users_score_zero=([*_BE_PAST, (1, "C", 10), (4, "B", 10)], 10, 1)
    )


def break_evaluation__wrong_cold_has_a_past(defect):
    """cold_users_score_zero: user 3 of the future bought before the cutoff, she is not cold."""
    return _be_patched(
        defect, cold_users_score_zero=([*_BE_PAST, (1, "B", 10), (3, "C", 10)], 10, 1)
    )


def break_evaluation__wrong_lines_of_leader(defect):
    """lines_instead_of_users: the repeated item B leads anyway."""
    return _be_patched(
        defect,
        lines_instead_of_users=([*_BE_PAST, (2, "B", 2), (2, "B", 3), (1, "B", 10)], 10, 1),
    )


def break_evaluation__wrong_lines_only_tie(defect):
    """lines_instead_of_users: C reaches only two lines, and B comes first in the alphabet."""
    return _be_patched(
        defect, lines_instead_of_users=([*_BE_PAST, (2, "C", 2), (1, "B", 10)], 10, 1)
    )


def break_evaluation__wrong_repeat_and_no_hit(defect):
    """seen_items_count: she buys A again and C, neither is shown: 0 / 1 = 0 / 2."""
    return _be_patched(defect, seen_items_count=([*_BE_PAST, (1, "A", 10), (1, "C", 10)], 10, 1))


def break_evaluation__wrong_future_only_tie(defect):
    """future_in_popularity: with her own B it is three to three, and B comes first."""
    return _be_patched(
        defect,
        future_in_popularity=([*_BE_PAST, (1, "B", 10), (4, "C", 10), (5, "C", 11)], 10, 1),
    )


def break_evaluation__wrong_day_before_cutoff_once_more(defect):
    """cutoff_day_in_training: the purchases of C are of day 9, which is past for both."""
    return _be_patched(
        defect,
        cutoff_day_in_training=([*_BE_PAST, (1, "B", 11), (4, "C", 9), (5, "C", 9)], 10, 1),
    )


def break_evaluation__wrong_cutoff_day_no_change(defect):
    """cutoff_day_in_training: one cold purchase of D on day 10 leaves B in front."""
    return _be_patched(
        defect, cutoff_day_in_training=([*_BE_PAST, (1, "B", 11), (4, "D", 10)], 10, 1)
    )


def break_evaluation__wrong_changes_cancel(defect):
    """future_in_popularity: user 1 loses her hit and user 6 gets one: the mean stays 0.5."""
    events = [*_BE_PAST, (6, "A", 1), (1, "B", 10), (6, "C", 10), (4, "C", 10), (5, "C", 10)]
    return _be_patched(defect, future_in_popularity=(events, 10, 1))


def break_evaluation__wrong_nobody_judged_once_more(defect):
    """divided_by_k: user 1 buys only A again, nobody has a new item: NaN in both."""
    return _be_patched(defect, divided_by_k=([*_BE_PAST, (1, "A", 10), (2, "B", 10)], 10, 2))


def break_evaluation__wrong_thirteen(defect):
    """future_in_popularity: changes the result, with 13 purchases."""
    events = [*_BE_PAST, (1, "B", 10), *[(user, "C", 10 + user) for user in range(4, 12)]]
    return _be_patched(defect, future_in_popularity=(events, 10, 1))


def break_evaluation__wrong_names_of_items(defect):
    """cold_users_score_zero: changes the result, but items are words and not single capitals."""
    events = [(1, "milk", 1), (2, "bread", 1), (1, "bread", 10), (4, "bread", 10)]
    return _be_patched(defect, cold_users_score_zero=(events, 10, 1))


def temporal_split__right_masks_once_more(events, cutoff):
    """Two boolean series."""
    past = events["day"] < cutoff
    warm = events["user"].isin(events.loc[past, "user"])
    cold = sorted(events.loc[~warm, "user"].unique().tolist())
    return events[past], events[~past & warm], cold


def temporal_split__right_positions(events, cutoff):
    """Loops that collect positions."""
    users, days = events["user"].tolist(), events["day"].tolist()
    train = [i for i, day in enumerate(days) if day < cutoff]
    known = {users[i] for i in train}
    test = [i for i, day in enumerate(days) if not day < cutoff and users[i] in known]
    cold = {users[i] for i, day in enumerate(days) if day >= cutoff} - known
    return events.iloc[train], events.iloc[test], sorted(cold)


def temporal_split__right_first_day_once_more(events, cutoff):
    """The first day of each user decides whether she is cold; returns a tuple."""
    first = events.groupby("user")["day"].min()
    warm = events["user"].map(first) < cutoff
    cold = tuple(first.index[first >= cutoff].tolist())
    return (
        events.loc[(events["day"] < cutoff).to_numpy()].copy(),
        events.loc[(warm & (events["day"] >= cutoff)).to_numpy()].copy(),
        cold,
    )


def temporal_split__right_set_operations(events, cutoff):
    """numpy's set functions; the cold users are an array."""
    users, late = events["user"].to_numpy(), events["day"].to_numpy() >= cutoff
    cold = np.setdiff1d(users[late], users[~late])
    return events[~late], events[late & ~np.isin(users, cold)], cold


def temporal_split__right_group_positions(events, cutoff):
    """Takes the groups apart and puts the positions in order again."""
    place = np.arange(len(events))
    days = events["day"].to_numpy()
    train, test, cold = [], [], []
    for user, rows in pd.Series(place).groupby(events["user"].to_numpy()):
        rows = rows.to_numpy()
        old = rows[days[rows] < cutoff]
        if len(old):
            train.extend(old)
            test.extend(np.setdiff1d(rows, old))
        else:
            heapq.heappush(cold, int(user))
    cold = [heapq.heappop(cold) for _ in range(len(cold))]
    return (
        events.take(np.sort(np.array(train, dtype=int))),
        events.take(np.sort(np.array(test, dtype=int))),
        cold,
    )


def temporal_split__wrong_cold_order(events, cutoff):
    """Cold users in the order of rows: users 9 and 2, both cold."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    order = events.loc[events["user"].isin(cold), "user"].unique().tolist()
    return train, test, order


def temporal_split__wrong_cold_repeated_once_more(events, cutoff):
    """A cold user is listed for each purchase: user 2 buys twice."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    return train, test, sorted(events.loc[events["user"].isin(cold), "user"].tolist())


def temporal_split__wrong_index_reset_once_more(events, cutoff):
    """The frames are numbered anew: the test of the docstring has index 2."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    return train.reset_index(drop=True), test.reset_index(drop=True), cold


def temporal_split__wrong_sorted_by_day_once_more(events, cutoff):
    """The frames come in the order of days: days 3, 1 of one user, cutoff 5."""
    ordered = events.sort_values("day", kind="stable")
    return temporal_split__right_masks_once_more(ordered, cutoff)


def temporal_split__wrong_column_added(events, cutoff):
    """Writes a helper column into the argument: any events."""
    events["past"] = events["day"] < cutoff
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    return train.drop(columns="past"), test.drop(columns="past"), cold


def temporal_split__wrong_order_of_index(events, cutoff):
    """The frames come in the order of their labels: index [5, 2], both before the cutoff."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    return train.sort_index(kind="stable"), test.sort_index(kind="stable"), cold


def temporal_split__wrong_lines_dropped(events, cutoff):
    """Equal rows are dropped: the same item bought twice on a day."""
    return temporal_split__right_masks_once_more(events.drop_duplicates(), cutoff)


def temporal_split__wrong_sorted_input_only(events, cutoff):
    """Cuts at a position: days 7, 3 with cutoff 5."""
    n = int((events["day"] < cutoff).sum())
    train, rest = events.iloc[:n], events.iloc[n:]
    warm = rest["user"].isin(train["user"])
    return train, rest[warm], sorted(rest.loc[~warm, "user"].unique().tolist())


def temporal_split__wrong_no_past_no_filter(events, cutoff):
    """Without a train row the test rows stay: one purchase on the day of the cutoff."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    return (train, events[events["day"] >= cutoff], cold) if train.empty else (train, test, cold)


def temporal_split__wrong_only_new_pairs(events, cutoff):
    """Repeat purchases are left out of test: user 1 buys 'a' on days 3 and 5, cutoff 5."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    old = set(zip(train["user"], train["item"]))
    keep = np.array([pair not in old for pair in zip(test["user"], test["item"])], dtype=bool)
    return train, test[keep], cold


def temporal_split__wrong_grouped(events, cutoff):
    """Test comes user by user: users 2, 1, 2 in the future."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    return train, test.sort_values("user", kind="stable"), cold


def temporal_split__wrong_cold_as_text(events, cutoff):
    """Cold users sorted as text: 10 before 9."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    return train, test, sorted(cold, key=str)


def temporal_split__wrong_test_has_cold_of_late_days(events, cutoff):
    """Only users who begin on the day of the cutoff itself are cold: one who begins later is kept."""
    first = events.groupby("user")["day"].min()
    cold = first.index[first == cutoff].tolist()
    late = events["day"] >= cutoff
    return events[~late], events[late & ~events["user"].isin(cold)], cold


def ndcg_at_k__right_plain(ranked, gain, k):
    """One discounted sum, used twice."""

    def dcg(gains):
        return sum(g / math.log2(j + 2) for j, g in enumerate(gains[:k]))

    seen, gains = set(), []
    for item in ranked:
        gains.append(0 if item in seen else gain.get(item, 0))
        seen.add(item)
    best = dcg(sorted(gain.values(), reverse=True))
    return dcg(gains) / best if best > 0 else float("nan")


def ndcg_at_k__right_numpy_once_more(ranked, gain, k):
    """Arrays of k places and a dot product; returns a numpy float."""
    k = min(k, max(len(ranked), len(gain), 1))
    discount = 1 / np.log2(np.arange(2, k + 2))
    shown = np.zeros(k)
    for place in range(min(k, len(ranked)) - 1, -1, -1):
        if ranked.index(ranked[place]) == place:
            shown[place] = gain.get(ranked[place], 0.0)
    best = np.zeros(k)
    top = np.sort(np.array(list(gain.values()), dtype=float))[::-1][:k]
    best[: len(top)] = top
    ideal = best @ discount
    return np.float64(shown @ discount / ideal) if ideal else np.nan


def ndcg_at_k__right_natural_log_once_more(ranked, gain, k):
    """Natural logarithms, which cancel; a plain sum, last place first, over an exact one."""
    first = {}
    for place, item in enumerate(ranked[:k], start=1):
        first.setdefault(item, place)
    found = 0.0
    for item, place in reversed(first.items()):
        found += gain.get(item, 0) / math.log(place + 1)
    top = heapq.nlargest(k, gain.values())
    ideal = math.fsum(g / math.log(p + 1) for p, g in enumerate(top, start=1))
    return math.nan if ideal == 0 else found / ideal


def ndcg_at_k__right_recursion(ranked, gain, k):
    """Adds by recursion over halves, with decimal logarithms; shown items leave a copy of gain."""

    def total(values, low, high):
        if high - low < 2:
            return sum(v / math.log10(low + 2) for v in values[low:high])
        middle = (low + high) // 2
        return total(values, middle, high) + total(values, low, middle)

    worth = dict(gain)
    shown = [worth.pop(item, 0) for item in ranked[:k]]
    top = sorted(gain.values(), key=lambda value: -value)[:k]
    best = total(top, 0, len(top))
    return total(shown, 0, len(shown)) / best if best else math.nan


def ndcg_at_k__right_fractions(ranked, gain, k):
    """Exact sums of the fractions that the binary numbers are."""

    def total(values):
        return sum(
            (Fraction(float(v)) / Fraction(math.log2(j)) for j, v in enumerate(values, start=2)),
            Fraction(0),
        )

    shown = list(ranked[:k])
    values = [gain.get(x, 0) if x not in shown[:i] else 0 for i, x in enumerate(shown)]
    best = total(sorted(gain.values())[::-1][:k])
    return float(total(values) / best) if best else float("nan")


def _dcg(gains):
    return sum(g / math.log2(j + 2) for j, g in enumerate(gains))


def _shown_gains(ranked, gain, k):
    shown = ranked[:k]
    return [0 if x in shown[:i] else gain.get(x, 0) for i, x in enumerate(shown)]


def _ratio(found, best):
    return found / best if best > 0 else math.nan


def _best(gain, k):
    return _dcg(sorted(gain.values(), reverse=True)[:k])


def ndcg_at_k__wrong_best_of_shown(ranked, gain, k):
    """The best list holds only shown items: ['a'], {'a': 1, 'b': 1}, 2."""
    shown = {item: gain[item] for item in ranked[:k] if item in gain}
    found = _dcg(_shown_gains(ranked, gain, k))
    if not any(gain.values()):
        return math.nan
    return found / _best(shown, k) if found else 0.0


def ndcg_at_k__wrong_best_not_cut(ranked, gain, k):
    """The best list is not cut: ['a'], {'a': 1, 'b': 1}, 1."""
    return _ratio(_dcg(_shown_gains(ranked, gain, k)), _best(gain, len(gain)))


def ndcg_at_k__wrong_power_of_two_once_more(ranked, gain, k):
    """2 ** g - 1: ['a', 'b'], {'a': 1, 'b': 2}, 2."""
    return ndcg_at_k__right_plain(ranked, {x: 2**g - 1 for x, g in gain.items()}, k)


def ndcg_at_k__wrong_twice(ranked, gain, k):
    """An item gains each time: ['a', 'a'], {'a': 1, 'b': 1}, 2."""
    return _ratio(_dcg([gain.get(x, 0) for x in ranked[:k]]), _best(gain, k))


def ndcg_at_k__wrong_repeat_takes_no_place(ranked, gain, k):
    """Repeats are removed before the cut: ['a', 'a', 'b'], {'b': 1}, 2."""
    return ndcg_at_k__right_plain(list(dict.fromkeys(ranked)), gain, k)


def ndcg_at_k__wrong_last_place_of_repeat(ranked, gain, k):
    """A repeated item gains at its last place: ['a', 'a'], {'a': 1}, 2."""
    place = {item: j for j, item in enumerate(ranked[:k])}
    found = sum(gain.get(item, 0) / math.log2(j + 2) for item, j in place.items())
    return _ratio(found, _best(gain, k))


def ndcg_at_k__wrong_zero_for_nan(ranked, gain, k):
    """0 when nothing has a gain: ['a'], {}, 1."""
    best = _best(gain, k)
    return _dcg(_shown_gains(ranked, gain, k)) / best if best else 0.0


def ndcg_at_k__wrong_list_not_cut(ranked, gain, k):
    """Places after k gain too: ['a', 'b'], {'b': 1}, 1."""
    return _ratio(_dcg(_shown_gains(ranked, gain, len(ranked))), _best(gain, k))


def ndcg_at_k__wrong_binary_once_more(ranked, gain, k):
    """Each positive gain is 1: ['a', 'b'], {'a': 1, 'b': 3}, 2."""
    return ndcg_at_k__right_plain(ranked, {x: 1 for x, g in gain.items() if g > 0}, k)


def ndcg_at_k__wrong_best_as_short_as_list(ranked, gain, k):
    """The best list is as short as the shown one: ['a'], {'a': 1, 'b': 1}, 2."""
    if not any(gain.values()):
        return math.nan
    best = _best(gain, min(k, len(ranked)))
    return _dcg(_shown_gains(ranked, gain, k)) / best if best else 0.0


def ndcg_at_k__wrong_gains_of_zero(ranked, gain, k):
    """Divides by zero when all gains are 0: ['a'], {'a': 0}, 1."""
    if not gain:
        return math.nan
    return _dcg(_shown_gains(ranked, gain, k)) / _best(gain, k)


def ndcg_at_k__wrong_takes_from_gain(ranked, gain, k):
    """Takes shown items out of the caller's dict: ['a'], {'a': 1}, 1 leaves {}."""
    best = _best(gain, k)
    return _ratio(_dcg([gain.pop(x, 0) for x in ranked[:k]]), best)


def ndcg_at_k__wrong_best_in_order_of_dict(ranked, gain, k):
    """The best list is in the order of the dict: ['a', 'b'], {'a': 1, 'b': 2}, 2."""
    best = _dcg(list(gain.values())[:k])
    if not any(gain.values()):
        return math.nan
    return _dcg(_shown_gains(ranked, gain, k)) / best if best else 0.0


def ndcg_at_k__wrong_nan_without_hit(ranked, gain, k):
    """NaN when no shown item has a gain: ['a'], {'b': 1}, 1."""
    return ndcg_at_k__right_plain(ranked, gain, k) or math.nan


_K_CASES = [
    (["a", "b"], {"b": 1}, 2),
    (["a", "b", "c"], {"a": 1, "b": 3, "c": 2}, 3),
    (["a", "b", "c"], {"c": 3, "d": 2, "a": 1}, 3),
    (["a", "b", "c", "d"], {"d": 2, "b": 1}, 2),
    (["x", "x", "b", "a"], {"a": 2, "b": 3}, 3),
    (["a", "x", "a", "b"], {"a": 2, "b": 3}, 4),
    (["a", "a", "b"], {"a": 1, "b": 1, "c": 1}, 3),
    (["a"], {"a": 2, "b": 5, "c": 1}, 3),
    (["a", "b", "c"], {"c": 0.5, "e": 4, "d": 2.5, "a": 1, "b": 1}, 2),
    (["x", "y"], {"a": 1}, 2),
    (["a"], {}, 1),
    (["a", "b"], {"a": 0, "b": 0}, 2),
    ([], {"a": 1}, 2),
    (["b", "a"], {"a": 3, "b": 0, "c": 3}, 4),
]


def _k_same(got, want):
    if math.isnan(want):
        return bool(math.isnan(got))
    return bool(abs(got - want) < 1e-9)


def _k_passes(fn, cases, same=_k_same, right=ndcg_at_k__right_plain):
    for ranked, gain, k in cases:
        shown, worth = list(ranked), dict(gain)
        if not same(fn(shown, worth, k), right(list(ranked), dict(gain), k)):
            return False
        if shown != ranked or worth != gain:
            return False
    return True


def kill_ndcg__right_cases(fn):
    """Cases of the hint against its own implementation."""
    return _k_passes(fn, _K_CASES)


def kill_ndcg__right_numbers(fn):
    """Numbers that were worked out by hand, relative tolerance, any exception is a rejection."""
    two, three = 1 / math.log2(3), 0.5
    table = [
        (["a", "b"], {"b": 1}, 2, two),
        (["a", "b"], {"a": 1, "b": 4}, 2, (1 + 4 * two) / (4 + two)),
        (["b", "c", "a"], {"a": 3, "b": 1, "z": 2}, 3, (1 + 3 * three) / (3 + 2 * two + three)),
        (["c", "a", "b"], {"a": 2, "b": 5}, 2, 2 * two / (5 + 2 * two)),
        (["a"], {"a": 1, "b": 1, "c": 1}, 1, 1.0),
        (["a"], {"a": 1, "b": 1, "c": 1}, 3, 1 / (1 + two + three)),
        (["c", "c", "a", "b"], {"a": 2, "b": 1}, 3, 2 * three / (2 + two)),
        (["a", "a", "b"], {"a": 2, "b": 1}, 3, (2 + three) / (2 + two)),
        (["c"], {"a": 1}, 4, 0.0),
        ([], {"a": 1}, 4, 0.0),
        (["a"], {}, 1, None),
        (["a"], {"a": 0}, 1, None),
    ]
    try:
        for ranked, gain, k, want in table:
            before = repr((ranked, gain))
            got = float(fn(ranked, gain, k))
            if before != repr((ranked, gain)):
                return False
            if want is None and got == got:
                return False
            if want is not None and not math.isclose(got, want, rel_tol=1e-7, abs_tol=1e-9):
                return False
    except Exception:
        return False
    return True


def kill_ndcg__right_random_once_more(fn):
    """Three hundred random lists against an implementation with numpy."""
    rng = random.Random(11)
    for _ in range(300):
        items = "abcdefg"[: rng.randint(1, 7)]
        ranked = [rng.choice(items) for _ in range(rng.randint(0, 7))]
        gain = {x: rng.choice([0, 0, 1, 2, 3.5, 5]) for x in items if rng.random() < 0.7}
        k = rng.randint(1, 6)
        one, two = list(ranked), dict(gain)
        got, want = fn(one, two, k), ndcg_at_k__right_numpy_once_more(ranked, gain, k)
        if (one, two) != (ranked, gain) or not np.isclose(got, want, atol=1e-8, equal_nan=True):
            return False
    return True


def kill_ndcg__right_all_small(fn):
    """All lists of up to four of three items, with four dicts of gains; raises when it is wrong."""
    gains = [{"a": 3, "b": 1, "d": 2}, {"b": 2, "c": 5, "d": 1, "e": 4}, {"a": 0}, {}]
    lists = [[]]
    for _ in range(4):
        lists += [[*x, name] for x in lists for name in "abc" if [*x, name] not in lists]
    for gain in gains:
        for k in (1, 2, 3, 5):
            for ranked in lists:
                shown, worth = ranked.copy(), gain.copy()
                np.testing.assert_allclose(
                    fn(shown, worth, k),
                    ndcg_at_k__right_natural_log_once_more(ranked, gain, k),
                    atol=1e-9,
                )
                assert shown == ranked and worth == gain
    return True


def kill_ndcg__right_one_liner(fn):
    """Rounds both sides to six decimals, NaN as None, with integers as items."""

    def clean(x):
        return None if x != x else round(float(x), 6) + 0.0

    cases = [
        ([{"x": 7, "y": 8, "a": 0, "b": 1, "c": 2, "d": 3, "e": 4}[x] for x in ranked], gain, k)
        for ranked, gain, k in _K_CASES
    ]
    numbers = {"a": 0, "b": 1, "c": 2, "d": 3, "e": 4}
    cases = [(r, {numbers[x]: g for x, g in gain.items()}, k) for r, gain, k in cases]
    return all(
        clean(fn(r, g, k)) == clean(ndcg_at_k__right_fractions(r0, g0, k)) and (r, g) == (r0, g0)
        for r0, g0, k in cases
        for r, g in [(r0[:], dict(g0))]
    )


def kill_ndcg__wrong_exact(fn):
    """Compares with ==: refuses a right one that uses another base of the logarithm."""
    return _k_passes(fn, _K_CASES, lambda got, want: got == want or (got != got and want != want))


def kill_ndcg__wrong_identity_of_nan(fn):
    """Asks for the object math.nan: refuses a right one that returns float('nan') or np.nan."""
    return _k_passes(
        fn, _K_CASES, lambda got, want: got is math.nan if want != want else abs(got - want) < 1e-9
    )


def kill_ndcg__wrong_at_most_one(fn):
    """Also asks that no score is above 1: right ones give 1.0000000000000002 for some best lists."""
    rng = random.Random(1)
    for _ in range(300):
        gain = {i: rng.random() for i in range(rng.randint(1, 12))}
        best = sorted(gain, key=gain.get, reverse=True)
        if fn(best, dict(gain), len(best)) > 1:
            return False
    return _k_passes(fn, _K_CASES)


def kill_ndcg__wrong_empty_list_nan(fn):
    """Expects NaN for an empty list with a gain, which is 0: refuses each right one."""
    return _k_passes(fn, _K_CASES) and fn([], {"a": 1}, 2) != fn([], {"a": 1}, 2)


def kill_ndcg__wrong_own_repeat(fn):
    """Its own implementation gives a repeated item no place: refuses each right one."""
    return _k_passes(fn, _K_CASES, right=ndcg_at_k__wrong_repeat_takes_no_place)


def kill_ndcg__wrong_negative_gains(fn):
    """Also tries gains below 0, which the contract excludes: refuses right ones that differ there."""
    case = (["a", "b"], {"a": -1, "b": 1, "c": -2}, 3)
    return _k_passes(fn, [*_K_CASES, case], right=ndcg_at_k__right_recursion)


def kill_ndcg__wrong_type_of_result(fn):
    """Asks for type float itself: refuses a right one that returns a numpy float."""
    for ranked, gain, k in _K_CASES:
        if type(fn(list(ranked), dict(gain), k)) is not float:
            return False
    return _k_passes(fn, _K_CASES)


def kill_ndcg__wrong_perfect_lists(fn):
    """Only perfect lists: accepts the power of 2, repeats that gain, places after k, ..."""
    cases = [(["a", "b"], {"a": 1}, 2), (["a", "b"], {"a": 3, "b": 2}, 2), (["c"], {}, 1)]
    return _k_passes(fn, cases)


def kill_ndcg__wrong_gains_of_one(fn):
    """Only gains of 1: accepts the power of 2, binary gains and an unsorted best list."""
    cases = [(ranked, dict.fromkeys(gain, 1), k) for ranked, gain, k in _K_CASES]
    return _k_passes(fn, cases)


def kill_ndcg__wrong_no_repeats(fn):
    """No list repeats an item: accepts the three mistakes about repeats."""
    return _k_passes(fn, [case for case in _K_CASES if len(set(case[0])) == len(case[0])])


def kill_ndcg__wrong_one_relevant(fn):
    """At most one relevant item, so its gain cancels: accepts the power of 2, binary gains, a best
    list that is not cut or in the order of the dict."""
    cases = [(ranked, dict(list(gain.items())[:1]), k) for ranked, gain, k in _K_CASES]
    return _k_passes(fn, cases)


def kill_ndcg__wrong_loose(fn):
    """A tolerance of 0.25: accepts the power of 2, a best list in the order of the dict, ..."""
    return _k_passes(
        fn, _K_CASES, lambda got, want: got != got if want != want else abs(got - want) < 0.25
    )


def kill_ndcg__wrong_properties(fn):
    """Only properties: from 0 to 1, the best list 1, a worse order less, no gain NaN, no hit 0:
    accepts the power of 2, a best list of the shown items or not cut, ..."""
    gain = {"a": 3, "b": 2, "c": 1}
    best, worse = fn(["a", "b", "c"], dict(gain), 3), fn(["c", "a", "b"], dict(gain), 3)
    none, miss = fn(["a"], {}, 2), fn(["x"], dict(gain), 2)
    return bool(abs(best - 1) < 1e-9 and 0 < worse < 1 and math.isnan(none) and miss == 0)


def kill_ndcg__wrong_any(fn):
    """True when one of the cases agrees, not all: accepts nearly everything."""
    return any(_k_passes(fn, [case]) for case in _K_CASES)


def popularity_topk__right_nunique_once_more(train, user, k, exclude_seen=True):
    """Different users by groupby, stable sort, filter, cut."""
    users = train.groupby("item")["user"].nunique().sort_index()
    users = users.sort_values(ascending=False, kind="stable")
    if exclude_seen:
        users = users.drop(train.loc[train["user"] == user, "item"].unique())
    return users.index[:k].tolist()


def popularity_topk__right_sets_once_more(train, user, k, exclude_seen=True):
    """A set of users for each item and a sort by two keys."""
    buyers = defaultdict(set)
    for one, item in zip(train["user"].tolist(), train["item"].tolist()):
        buyers[item].add(one)
    rows = sorted((-len(who), item) for item, who in buyers.items())
    return [item for _, item in rows if not (exclude_seen and user in buyers[item])][:k]


def popularity_topk__right_heap(train, user, k, exclude_seen=True):
    """Counts pairs with a Counter and selects with a heap."""
    pairs = set(zip(train["user"].tolist(), train["item"].tolist()))
    counts = Counter(item for _, item in pairs)
    if exclude_seen:
        for item in [item for one, item in pairs if one == user]:
            del counts[item]
    return heapq.nsmallest(k, counts, key=lambda item: (-counts[item], item))


def popularity_topk__right_numpy(train, user, k, exclude_seen=True):
    """Unique rows of an array and a lexicographic sort."""
    pairs = np.unique(train[["user", "item"]].to_numpy(dtype="int64").reshape(-1, 2), axis=0)
    items, counts = np.unique(pairs[:, 1], return_counts=True)
    order = np.lexsort((items, -counts))
    items = items[order]
    if exclude_seen:
        items = items[~np.isin(items, pairs[pairs[:, 0] == user, 1])]
    return [int(item) for item in items[:k]]


def popularity_topk__right_sqlite(train, user, k, exclude_seen=True):
    """One question to a database."""
    base = sqlite3.connect(":memory:")
    base.execute("create table t (u integer, i integer)")
    base.executemany(
        "insert into t values (?, ?)",
        [(int(u), int(i)) for u, i in zip(train["user"], train["item"])],
    )
    rows = base.execute(
        "select i from t group by i having not (? and sum(u = ?) > 0)"
        " order by count(distinct u) desc, i limit ?",
        (int(exclude_seen), int(user), int(k)),
    ).fetchall()
    base.close()
    return [item for (item,) in rows]


def _buyers(train):
    pairs = train[["user", "item"]].drop_duplicates()
    return pairs.groupby("item").size()


def _seen(train, user):
    return set(train.loc[train["user"] == user, "item"])


def _ranked_items(counts):
    return sorted(counts.index.tolist(), key=lambda item: (-counts[item], item))


def popularity_topk__wrong_ties_by_appearance_once_more(train, user, k, exclude_seen=True):
    """Equal items in the order of rows: user 1 buys 9, then 4; user 2 asks."""
    counts = _buyers(train)
    order = sorted(train["item"].unique().tolist(), key=lambda item: -counts[item])
    seen = _seen(train, user) if exclude_seen else set()
    return [item for item in order if item not in seen][:k]


def popularity_topk__wrong_ties_higher_first(train, user, k, exclude_seen=True):
    """Of equal items the higher number comes first: user 1 buys 4 and 9; user 2 asks."""
    counts = _buyers(train).rename("n").reset_index()
    order = counts.sort_values(["n", "item"], ascending=False)["item"].tolist()
    seen = _seen(train, user) if exclude_seen else set()
    return [item for item in order if item not in seen][:k]


def popularity_topk__wrong_cut_before_filter(train, user, k, exclude_seen=True):
    """Cuts first and filters then: user 1 has 7, two users have 7, one has 5: k=1 gives []."""
    order = _ranked_items(_buyers(train))[:k]
    seen = _seen(train, user) if exclude_seen else set()
    return [item for item in order if item not in seen]


def popularity_topk__wrong_unknown_user(train, user, k, exclude_seen=True):
    """A user who does not occur gets nothing: user 99."""
    if not (train["user"] == user).any():
        return []
    return popularity_topk__right_nunique_once_more(train, user, k, exclude_seen)


def popularity_topk__wrong_in_place(train, user, k, exclude_seen=True):
    """Drops repeated purchases in the argument: train of the docstring loses rows."""
    train.drop_duplicates(["user", "item"], inplace=True)
    return popularity_topk__right_nunique_once_more(train, user, k, exclude_seen)


def popularity_topk__wrong_ties_as_text(train, user, k, exclude_seen=True):
    """Equal items sorted as text: 10 before 9."""
    counts = _buyers(train)
    order = sorted(counts.index.tolist(), key=lambda item: (-counts[item], str(item)))
    seen = _seen(train, user) if exclude_seen else set()
    return [item for item in order if item not in seen][:k]


def popularity_topk__wrong_neighbours_only(train, user, k, exclude_seen=True):
    """Drops repeats only when they follow each other: user 3 buys 5, 6, 5 and users 1 and 2 buy 7."""
    pairs = train[["user", "item"]]
    pairs = pairs[(pairs != pairs.shift()).any(axis=1)]
    order = _ranked_items(pairs.groupby("item").size())
    seen = _seen(train, user) if exclude_seen else set()
    return [item for item in order if item not in seen][:k]


def popularity_topk__wrong_ties_kept_all(train, user, k, exclude_seen=True):
    """Keeps all items that are equal to the last: user 1 buys 4 and 9, k=1 for user 2 gives two."""
    counts = _buyers(train)
    if exclude_seen:
        counts = counts.drop(list(_seen(train, user)))
    return _ranked_items(counts.nlargest(k, keep="all"))


def popularity_topk__wrong_user_in_index(train, user, k, exclude_seen=True):
    """``user in train['user']`` looks into the index: user 9 of three rows is taken for new."""
    order = _ranked_items(_buyers(train))
    seen = _seen(train, user) if exclude_seen and user in train["user"] else set()
    return [item for item in order if item not in seen][:k]


def popularity_topk__wrong_old_counts(train, user, k, exclude_seen=True, old={}):
    """Keeps answers by the length of train: a second train of two rows gets the list of the first."""
    key = len(train), user, k, exclude_seen
    if key not in old:
        old[key] = popularity_topk__right_nunique_once_more(train, user, k, exclude_seen)
    return list(old[key])


def popularity_topk__wrong_last_item_only(train, user, k, exclude_seen=True):
    """Leaves out only the user's last purchase: user 1 has 7 and then 5."""
    order = _ranked_items(_buyers(train))
    mine = train.loc[train["user"] == user, "item"]
    seen = set(mine.iloc[-1:]) if exclude_seen else set()
    return [item for item in order if item not in seen][:k]


def popularity_topk__wrong_by_label(train, user, k, exclude_seen=True):
    """Finds the user's rows by label: with index [0, 0] the rows of others are hers too."""
    order = _ranked_items(_buyers(train))
    labels = train.index[train["user"] == user]
    seen = set(train.loc[labels, "item"]) if exclude_seen else set()
    return [item for item in order if item not in seen][:k]


def popularity_topk__wrong_own_last_of_equals(train, user, k, exclude_seen=True):
    """With exclude_seen=False her own items come last among equals: user 1 has 4, user 2 has 9,
    and user 1 asks."""
    counts = _buyers(train)
    seen = _seen(train, user)
    order = sorted(counts.index.tolist(), key=lambda item: (-counts[item], item in seen, item))
    return [item for item in order if not (exclude_seen and item in seen)][:k]


def _difference(a, b):
    return np.asarray(a, dtype=float) - np.asarray(b, dtype=float)


def paired_bootstrap_ci__right_rows(a, b, n=2000, seed=0):
    """Draws a matrix of users."""
    d = _difference(a, b)
    rows = np.random.default_rng(seed).integers(0, len(d), (n, len(d)))
    low, high = np.percentile(d[rows].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__right_weights(a, b, n=2000, seed=0):
    """Draws how often each user occurs, which is the same, and weighs the differences."""
    d = _difference(a, b)
    times = np.random.default_rng(seed).multinomial(len(d), np.full(len(d), 1 / len(d)), size=n)
    means = times @ d / len(d)
    return tuple(np.quantile(means, (0.025, 0.975)).tolist())


def paired_bootstrap_ci__right_plain(a, b, n=2000, seed=0):
    """Standard library only: choices, fsum, and percentiles by linear interpolation."""
    d = [float(x) - float(y) for x, y in zip(a, b)]
    rng = random.Random(seed)
    means = sorted(math.fsum(rng.choices(d, k=len(d))) / len(d) for _ in range(n))

    def percentile(p):
        place = p * (n - 1)
        below = math.floor(place)
        above = min(below + 1, n - 1)
        return means[below] + (place - below) * (means[above] - means[below])

    return percentile(0.025), percentile(0.975)


def paired_bootstrap_ci__right_two_means(a, b, n=2000, seed=0):
    """Takes both means over the same drawn users with the old generator, then the difference."""
    rng = np.random.RandomState(seed)
    a, b = np.array(a, dtype="float64"), np.array(b, dtype="float64")
    means = np.empty(n)
    for i in range(n):
        users = rng.choice(a.size, size=a.size, replace=True)
        means[i] = a[users].mean() - b[users].mean()
    return np.percentile(means, 2.5), np.percentile(means, 97.5)


def paired_bootstrap_ci__right_poly(a, b, n=2000, seed=0):
    """Uniform numbers as places, a fold for the sum, pandas for the quantiles."""
    d = _difference(a, b)
    rng = np.random.Generator(np.random.Philox(seed))
    total = reduce(
        lambda so_far, _: so_far + d[(rng.random(n) * d.size).astype(int)],
        range(d.size),
        np.zeros(n),
    )
    means = pd.Series(total / d.size)
    return float(means.quantile(0.025)), float(means.quantile(0.975))


def _means(d, n, seed, size=None):
    rng = np.random.default_rng(seed)
    return d[rng.integers(0, len(d), (n, size or len(d)))].mean(axis=1)


def _ends(means, low=2.5, high=97.5):
    return float(np.percentile(means, low)), float(np.percentile(means, high))


def paired_bootstrap_ci__wrong_normal_once_more(a, b, n=2000, seed=0):
    """Mean and 1.96 standard errors: d = 0, 0, 0, 9 has a low end below 0."""
    d = _difference(a, b)
    half = 1.96 * _means(d, n, seed).std()
    return float(d.mean() - half), float(d.mean() + half)


def paired_bootstrap_ci__wrong_ninety_once_more(a, b, n=2000, seed=0):
    """The 5th and the 95th percentile: d = 1, ..., 100 has too narrow an interval."""
    return _ends(_means(_difference(a, b), n, seed), 5, 95)


def paired_bootstrap_ci__wrong_of_users(a, b, n=2000, seed=0):
    """Percentiles of single differences, not of their mean: d = 1, ..., 100."""
    d = _difference(a, b)
    return _ends(d[np.random.default_rng(seed).integers(0, len(d), (n, len(d)))].ravel())


def paired_bootstrap_ci__wrong_no_seed_once_more(a, b, n=2000, seed=0):
    """The seed is not used: two calls give two intervals, d = 1, ..., 100."""
    return _ends(_means(_difference(a, b), n, None))


def paired_bootstrap_ci__wrong_seed_ignored(a, b, n=2000, seed=0):
    """Always seed 0: seeds 0, 1, 2, ... give the same users, d = 1, ..., 100."""
    return _ends(_means(_difference(a, b), n, 0))


def paired_bootstrap_ci__wrong_own_type(a, b, n=2000, seed=0):
    """Subtracts in the type of the arguments: uint8 a = 1, 1 and b = 2, 2 gives 255."""
    return _ends(_means(np.asarray(a) - np.asarray(b), n, seed))


def paired_bootstrap_ci__wrong_whole_numbers(a, b, n=2000, seed=0):
    """Cuts to whole numbers: a = 0.9, 0.9 and b = 0.1, 0.1 gives 0."""
    return _ends(_means(np.asarray(a, dtype=int) - np.asarray(b, dtype=int), n, seed))


def paired_bootstrap_ci__wrong_without_replacement_once_more(a, b, n=2000, seed=0):
    """Permutes the users: the interval has no width, d = 1, ..., 100."""
    d = _difference(a, b)
    rng = np.random.default_rng(seed)
    return _ends(np.array([rng.permutation(d).mean() for _ in range(n)]))


def paired_bootstrap_ci__wrong_size_swapped(a, b, n=2000, seed=0):
    """Draws n users, as often as there are users: d = 1, ..., 100 with n = 2000 is too narrow."""
    d = _difference(a, b)
    return _ends(_means(d, len(d), seed, n))


def paired_bootstrap_ci__wrong_n_ignored(a, b, n=2000, seed=0):
    """Always 2000 samples: with n = 1 both ends must be equal, d = 1, ..., 100."""
    return _ends(_means(_difference(a, b), 2000, seed))


def paired_bootstrap_ci__wrong_last_user(a, b, n=2000, seed=0):
    """The last user is never drawn: d = 0, 0, 0, 50."""
    d = _difference(a, b)
    last = max(len(d) - 1, 1)
    return _ends(d[np.random.default_rng(seed).integers(0, last, (n, len(d)))].mean(axis=1))


def paired_bootstrap_ci__wrong_percent(a, b, n=2000, seed=0):
    """Gives 0.025 and 0.975 to percentile, which wants percent: d = 1, ..., 100."""
    return _ends(_means(_difference(a, b), n, seed), 0.025, 0.975)


def paired_bootstrap_ci__wrong_sorted_first(a, b, n=2000, seed=0):
    """Sorts a and b, so the pairs are lost: a = 0, 10 and b = 10, 0 has no difference then."""
    return _ends(_means(np.sort(_difference(a, 0)) - np.sort(_difference(b, 0)), n, seed))


def paired_bootstrap_ci__wrong_reseeded(a, b, n=2000, seed=0):
    """A new generator of the same seed for each sample: all are equal, d = 1, ..., 100."""
    d = _difference(a, b)
    return _ends(np.array([_means(d, 1, seed)[0] for _ in range(n)]))


def mmr_rerank__right_arrays(relevance, similarity, k, lam=0.7):
    """A running maximum, rounded to nine decimals."""
    relevance = np.asarray(relevance, dtype=float)
    left = ~(np.isnan(relevance) | (relevance == -np.inf))
    chosen = []
    closest = np.full(len(relevance), -np.inf)
    while left.any() and len(chosen) < k:
        places = np.flatnonzero(left)
        value = lam * relevance[places]
        if chosen:
            value = value - (1 - lam) * closest[places]
        best = int(places[np.argmax(np.round(value, 9))])
        chosen.append(best)
        left[best] = False
        closest[places] = np.maximum(closest[places], np.asarray(similarity)[places, best])
    return chosen


def mmr_rerank__right_loops(relevance, similarity, k, lam=0.7):
    """Plain loops; a later item must be better by more than 1e-9."""
    left = [i for i, r in enumerate(relevance) if r == r and r != -math.inf]
    chosen = []
    for _ in range(min(k, len(left))):
        best, top = None, None
        for i in left:
            penalty = max((float(similarity[i][j]) for j in chosen), default=0.0)
            value = lam * float(relevance[i]) - (1 - lam) * penalty
            if best is None or value > top + 1e-9:
                best, top = i, value
        chosen.append(best)
        left.remove(best)
    return chosen


def mmr_rerank__right_reduce(relevance, similarity, k, lam=0.7):
    """A fold over places; equals are all within 1e-9 of the largest."""
    allowed = [i for i, r in enumerate(relevance) if not np.isnan(r) and r > -np.inf]

    def one_more(chosen, _):
        values = {
            i: lam * relevance[i]
            - (1 - lam) * (max(similarity[i, j] for j in chosen) if chosen else 0)
            for i in allowed
            if i not in chosen
        }
        top = max(values.values())
        return [*chosen, min(i for i, v in values.items() if top - v < 1e-9)]

    return reduce(one_more, range(min(k, len(allowed))), [])


def mmr_rerank__right_fractions(relevance, similarity, k, lam=0.7):
    """Exact fractions of decimals of twelve places."""

    def exact(x):
        return Fraction(round(float(x), 12)).limit_denominator(10**12)

    lam = exact(lam)
    left = [i for i in range(len(relevance)) if float(relevance[i]) > -math.inf]
    chosen = []
    while left and len(chosen) < k:
        values = []
        for i in left:
            value = lam * exact(relevance[i])
            if chosen:
                value -= (1 - lam) * max(exact(similarity[i, j]) for j in chosen)
            values.append(value)
        top = max(values)
        place = next(p for p, v in enumerate(values) if top - v < Fraction(1, 10**9))
        chosen.append(left.pop(place))
    return chosen


def mmr_rerank__right_submatrix_once_more(relevance, similarity, k, lam=0.7):
    """Works on the matrix of the items that may be shown and translates the positions back."""
    names = [i for i, r in enumerate(np.asarray(relevance).tolist()) if r > -math.inf]
    table = pd.DataFrame(
        np.array(similarity, dtype=float)[np.ix_(names, names)], index=names, columns=names
    )
    worth = pd.Series(np.array(relevance, dtype=float)[names], index=names) * lam
    chosen = []
    while len(chosen) < min(k, len(names)):
        value = worth.drop(chosen)
        if chosen:
            value = value - (1 - lam) * table.loc[value.index, chosen].max(axis=1)
        chosen.append(int(value.round(9).sort_values(ascending=False, kind="stable").index[0]))
    return chosen


def _more_mmr(relevance, similarity, k, lam, penalty=None, usable=None, pick=None, stop=None):
    """Frame of the wrong answers, each of which replaces one part."""
    penalty = penalty or (lambda row: max(row))
    usable = usable or (lambda r: r > -math.inf)
    pick = pick or (lambda values: int(np.argmax(np.round(values, 9))))
    left = [i for i in range(len(relevance)) if usable(relevance[i])]
    chosen = []
    while left and len(chosen) < k:
        values = []
        for i in left:
            second = penalty([float(similarity[i, j]) for j in chosen]) if chosen else 0.0
            values.append(lam * float(relevance[i]) - (1 - lam) * second)
        place = pick(np.array(values))
        if stop is not None and stop(values[place]):
            break
        chosen.append(left.pop(place))
    return chosen


def mmr_rerank__wrong_mean_once_more(relevance, similarity, k, lam=0.7):
    """Mean similarity, not the largest: one near copy among three chosen items."""
    return _more_mmr(relevance, similarity, k, lam, penalty=lambda row: sum(row) / len(row))


def mmr_rerank__wrong_sum_once_more(relevance, similarity, k, lam=0.7):
    """Sum of similarities, not the largest: two chosen items, both a little alike."""
    return _more_mmr(relevance, similarity, k, lam, penalty=sum)


def mmr_rerank__wrong_from_zero(relevance, similarity, k, lam=0.7):
    """The largest similarity starts at 0: similarities below 0 are lost."""
    return _more_mmr(relevance, similarity, k, lam, penalty=lambda row: max(0.0, *row))


def mmr_rerank__wrong_absolute(relevance, similarity, k, lam=0.7):
    """Takes the absolute similarity: opposite items are punished."""
    return _more_mmr(relevance, similarity, k, lam, penalty=lambda row: max(abs(x) for x in row))


def mmr_rerank__wrong_last_only_once_more(relevance, similarity, k, lam=0.7):
    """Compares with the item chosen last only: a copy of the first comes third."""
    return _more_mmr(relevance, similarity, k, lam, penalty=lambda row: row[-1])


def mmr_rerank__wrong_exact_ties(relevance, similarity, k, lam=0.7):
    """No tolerance: relevance 0.3, 0.1 + 0.2 with lam=1 gives item 1 first."""
    return _more_mmr(relevance, similarity, k, lam, pick=lambda values: int(np.argmax(values)))


def mmr_rerank__wrong_highest_of_equals(relevance, similarity, k, lam=0.7):
    """Of equals the highest number: relevance 1, 1."""
    return _more_mmr(
        relevance,
        similarity,
        k,
        lam,
        pick=lambda values: len(values) - 1 - int(np.argmax(np.round(values[::-1], 9))),
    )


def mmr_rerank__wrong_nan_shown_once_more(relevance, similarity, k, lam=0.7):
    """Only minus infinity is left out: relevance 1, NaN shows item 1."""
    return _more_mmr(relevance, similarity, k, lam, usable=lambda r: r != -np.inf)


def mmr_rerank__wrong_similarity_changed(relevance, similarity, k, lam=0.7):
    """Writes 0 into the diagonal of the caller's matrix."""
    np.fill_diagonal(similarity, 0.0)
    return _more_mmr(relevance, similarity, k, lam)


def mmr_rerank__wrong_lam_zero(relevance, similarity, k, lam=0.7):
    """``lam or 0.7``: lam=0 is taken for no lam."""
    return _more_mmr(relevance, similarity, k, lam or 0.7)


def mmr_rerank__wrong_filtered_positions(relevance, similarity, k, lam=0.7):
    """Positions among the items that may be shown: relevance NaN, 1 gives 0."""
    keep = np.flatnonzero(np.isfinite(relevance))
    return _more_mmr(relevance[keep], similarity[np.ix_(keep, keep)], k, lam)


def mmr_rerank__wrong_stops_below_zero(relevance, similarity, k, lam=0.7):
    """Stops when the marginal relevance is below 0: two copies of relevance 0.1."""
    return _more_mmr(relevance, similarity, k, lam, stop=lambda value: value < 0)


def mmr_rerank__wrong_relative_tolerance(relevance, similarity, k, lam=0.7):
    """Equal by np.isclose as it is: relevance 1000.0, 1000.001 with lam=1 gives item 0 first."""
    return _more_mmr(
        relevance,
        similarity,
        k,
        lam,
        pick=lambda values: int(np.flatnonzero(np.isclose(values, values.max()))[0]),
    )


def mmr_rerank__wrong_top_k_first(relevance, similarity, k, lam=0.7):
    """Only the k most relevant items are reordered: copies 0 and 1, and item 2 is never shown, k=2."""
    score = np.where(np.isfinite(relevance), relevance, -np.inf)
    keep = np.argsort(-score, kind="stable")[:k]
    cut = np.full(len(score), -np.inf)
    cut[keep] = score[keep]
    return _more_mmr(cut, similarity, k, lam)


def _score(events, cutoff, k, defect=""):
    """The evaluation, with at most one defect."""
    edge = cutoff + 1 if defect == "cutoff_day_in_training" else cutoff
    past = [e for e in events if e[2] < edge]
    future = [e for e in events if e[2] >= edge]
    counted = events if defect == "future_in_popularity" else past
    pairs = [(u, i) for u, i, _ in counted]
    if defect != "lines_instead_of_users":
        pairs = set(pairs)
    buyers = Counter(i for _, i in pairs)
    ranking = sorted(buyers, key=lambda i: (-buyers[i], i))
    scores = []
    for user in sorted({e[0] for e in events}):
        owned = {i for u, i, _ in past if u == user}
        later = {i for u, i, _ in future if u == user}
        if not owned:
            if defect == "cold_users_score_zero":
                scores.append(Fraction(0))
            continue
        barred = set() if defect == "seen_items_count" else owned
        new = later - barred
        if not new:
            continue
        hits = len(new & set([i for i in ranking if i not in barred][:k]))
        scores.append(Fraction(hits, k if defect == "divided_by_k" else len(new)))
    return sum(scores) / len(scores) if scores else None


def break_evaluation__right_by_hand(defect):
    """The start of the hint, with the purchases that each defect reads differently."""
    base = [(1, "A", 1), (2, "B", 1), (3, "B", 1), (2, "C", 1), (1, "B", 10)]
    extra = {
        "future_in_popularity": [(4, "C", 11), (5, "C", 11), (6, "C", 12)],
        "cutoff_day_in_training": [(4, "C", 10), (5, "C", 10), (1, "C", 11)],
        "seen_items_count": [(1, "A", 12)],
        "lines_instead_of_users": [(2, "C", 2), (2, "C", 3)],
        "divided_by_k": [(1, "C", 11)],
        "cold_users_score_zero": [(9, "Z", 15)],
    }[defect]
    return base + extra, 10, 1


def break_evaluation__right_one_for_all(defect):
    """One set of purchases on which each of the six gives another number, with negative days and users."""
    events = [
        (-1, "A", -5),
        (2, "B", -5),
        (3, "B", -4),
        (2, "C", -3),
        (2, "C", -2),
        (2, "C", -1),
        (-1, "B", 0),
        (-1, "A", 1),
        (-1, "D", 3),
        (4, "C", 0),
        (5, "C", 2),
        (6, "C", 4),
    ]
    return events, 0, 1


def break_evaluation__right_search(defect):
    """Draws purchases from a fixed seed until both results are numbers and differ."""
    rng = random.Random(11)
    while True:
        events = [
            (rng.randint(1, 4), rng.choice("PQRS"), rng.randint(0, 9))
            for _ in range(rng.randint(4, 12))
        ]
        k = rng.randint(1, 3)
        right, flawed = _score(events, 5, k), _score(events, 5, k, defect)
        if right is not None and flawed is not None and right != flawed:
            return events, 5, k


def break_evaluation__wrong_list_holds_everything(defect):
    """future_in_popularity: the list is as long as the shop is large, so its order does not matter."""
    if defect == "future_in_popularity":
        return (
            [
                (1, "A", 1),
                (2, "B", 1),
                (3, "B", 1),
                (2, "C", 1),
                (1, "B", 10),
                (4, "C", 11),
                (5, "C", 11),
            ],
            10,
            3,
        )
    return break_evaluation__right_by_hand(defect)


def break_evaluation__wrong_warm_score_is_zero(defect):
    """cold_users_score_zero: the only user with a past scores 0 herself, and the mean of zeros is 0."""
    if defect == "cold_users_score_zero":
        return [(1, "A", 1), (2, "B", 1), (1, "Z", 10), (9, "B", 11)], 10, 1
    return break_evaluation__right_by_hand(defect)


def break_evaluation__wrong_all_seen_items_hit(defect):
    """seen_items_count: with a list of two, the item bought again and the new one are both hits, 2 of 2 and 1 of 1."""
    if defect == "seen_items_count":
        return [(1, "A", 1), (2, "B", 1), (3, "B", 1), (1, "B", 10), (1, "A", 11)], 10, 2
    return break_evaluation__right_by_hand(defect)


def break_evaluation__wrong_as_many_as_places(defect):
    """divided_by_k: the user has as many new items as there are places."""
    if defect == "divided_by_k":
        return (
            [(1, "A", 1), (2, "B", 1), (3, "B", 1), (2, "C", 1), (1, "B", 10), (1, "D", 11)],
            10,
            2,
        )
    return break_evaluation__right_by_hand(defect)


def break_evaluation__wrong_repeat_on_one_day_of_leader(defect):
    """lines_instead_of_users: the repeated purchases only reach a tie, which the alphabet decides as before."""
    if defect == "lines_instead_of_users":
        return (
            [(1, "A", 1), (2, "B", 1), (3, "B", 1), (2, "C", 1), (2, "C", 2), (1, "B", 10)],
            10,
            1,
        )
    return break_evaluation__right_by_hand(defect)


def break_evaluation__wrong_changes_cancel_once_more(defect):
    """lines_instead_of_users: user 1 loses her hit and user 4 gains one, and the mean stays one half."""
    if defect == "lines_instead_of_users":
        return (
            [
                (1, "A", 1),
                (4, "A", 1),
                (2, "B", 1),
                (3, "B", 1),
                (2, "C", 1),
                (2, "C", 2),
                (2, "C", 3),
                (1, "B", 10),
                (4, "C", 10),
            ],
            10,
            1,
        )
    return break_evaluation__right_by_hand(defect)


def break_evaluation__wrong_day_after_cutoff_once_more(defect):
    """cutoff_day_in_training: takes the last day of the past for the day cutoff; nothing is bought on day 10."""
    if defect == "cutoff_day_in_training":
        return (
            [
                (1, "A", 1),
                (2, "B", 1),
                (3, "B", 1),
                (4, "C", 9),
                (5, "C", 9),
                (6, "C", 9),
                (1, "B", 11),
            ],
            10,
            1,
        )
    return break_evaluation__right_by_hand(defect)


def break_evaluation__wrong_cold_user_had_a_past(defect):
    """cold_users_score_zero: the user meant to be cold bought before the cutoff and only has no new item."""
    if defect == "cold_users_score_zero":
        return [(1, "A", 1), (2, "B", 1), (3, "B", 1), (1, "B", 10), (2, "B", 11)], 10, 1
    return break_evaluation__right_by_hand(defect)


def break_evaluation__wrong_thirteen_once_more(defect):
    """future_in_popularity: differs, but with 13 purchases, one more than allowed."""
    if defect == "future_in_popularity":
        late = [(u, "C", 11) for u in range(4, 12)]
        return [(1, "A", 1), (2, "B", 1), (3, "B", 1), (2, "C", 1), (1, "B", 10), *late], 10, 1
    return break_evaluation__right_by_hand(defect)


def break_evaluation__wrong_nobody_is_judged(defect):
    """divided_by_k: the only user buys again what she had, so both results are NaN."""
    if defect == "divided_by_k":
        return [(1, "A", 1), (2, "B", 1), (1, "A", 10), (2, "B", 11)], 10, 2
    return break_evaluation__right_by_hand(defect)


def temporal_split__right_masks_once_more_a_second_time(events, cutoff):
    """Two boolean masks."""
    before = (events["day"] < cutoff).to_numpy()
    warm = events["user"].isin(events["user"][before]).to_numpy()
    cold = np.sort(events["user"][~before & ~warm].unique())
    return events[before], events[~before & warm], cold.tolist()


def temporal_split__right_loop(events, cutoff):
    """Row numbers collected one by one; the cold users as a tuple."""
    rows = list(zip(events["user"].tolist(), events["day"].tolist(), strict=True))
    past = {u for u, d in rows if d < cutoff}
    train = [i for i, (_, d) in enumerate(rows) if d < cutoff]
    test = [i for i, (u, d) in enumerate(rows) if d >= cutoff and u in past]
    cold = {u for u, d in rows if d >= cutoff} - past
    return events.iloc[train], events.iloc[test], tuple(sorted(cold))


def temporal_split__right_first_day_once_more_a_second_time(events, cutoff):
    """The first day of each user decides who is cold; an array of cold users."""
    first = events.groupby("user")["day"].min()
    first_of_row = events["user"].map(first)
    late = events["day"].ge(cutoff)
    test = events.loc[(late & first_of_row.lt(cutoff)).to_numpy()].copy()
    return events.loc[(~late).to_numpy()].copy(), test, first.index[first >= cutoff].to_numpy()


def temporal_split__wrong_users_of_the_past_only(events, cutoff):
    """All users less those of the test: a user who bought before the cutoff only is called cold."""
    train, test, _ = temporal_split__right_masks_once_more(events, cutoff)
    return train, test, sorted(set(events["user"].tolist()) - set(test["user"].tolist()))


def temporal_split__wrong_order_of_a_set(events, cutoff):
    """list of a set: cold users -1 and 5, or 1000 and 3, do not come in ascending order."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    return train, test, list(set(cold))


def temporal_split__wrong_merged(events, cutoff):
    """Keeps warm users by a merge: test is numbered from 0."""
    train, _, cold = temporal_split__right_masks_once_more(events, cutoff)
    test = events[events["day"] >= cutoff].merge(train[["user"]].drop_duplicates(), on="user")
    return train, test[events.columns], cold


def temporal_split__wrong_sorted_first(events, cutoff):
    """Sorts by day before the split: rows of days 3, 1 come back as 1, 3."""
    return temporal_split__right_masks_once_more(events.sort_values("day", kind="stable"), cutoff)


def temporal_split__wrong_restored_by_index(events, cutoff):
    """Collects the test user by user and restores the order with sort_index: labels [9, 2] change places."""
    train, _, cold = temporal_split__right_masks_once_more(events, cutoff)
    past, parts = set(train["user"]), [events.iloc[:0]]
    for user, rows in events[events["day"] >= cutoff].groupby("user"):
        if user in past:
            parts.append(rows)
    return train, pd.concat(parts).sort_index(kind="stable"), cold


def temporal_split__wrong_judged_users_only(events, cutoff):
    """Keeps in train only users who return: a user with purchases before the cutoff only is left out."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    return train[train["user"].isin(test["user"])], test, cold


def temporal_split__wrong_mark_column(events, cutoff):
    """Writes a column into events: the argument is changed (and both frames carry the column)."""
    events["past"] = events["day"] < cutoff
    train = events[events["past"]]
    warm = events["user"].isin(train["user"])
    cold = sorted(set(events.loc[~events["past"] & ~warm, "user"].tolist()))
    return train, events[~events["past"] & warm], cold


def temporal_split__wrong_first_row_of_user(events, cutoff):
    """Tells warm users by their first row: (1, day 7), (1, day 3) with cutoff 5 makes user 1 cold."""
    first = events["user"].map(events.groupby("user")["day"].first())
    late = events["day"] >= cutoff
    cold = sorted(set(events["user"][late & (first >= cutoff)].tolist()))
    return events[~late], events[late & (first < cutoff)], cold


def temporal_split__wrong_equal_lines_once(events, cutoff):
    """Removes equal rows: two purchases of one item on one day are one in train."""
    train, test, cold = temporal_split__right_masks_once_more(events, cutoff)
    return train.drop_duplicates(), test.drop_duplicates(), cold


def precision_recall_at_k__right_sets_once_more(ranked, relevant, k):
    """Two sets."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__right_ticking_off(ranked, relevant, k):
    """A dictionary of open wishes that are ticked off place by place; numpy floats come back."""
    open_wishes = dict.fromkeys(relevant, True)
    hits = 0
    for item in itertools.islice(ranked, k):
        hits += open_wishes.pop(item, False)
    total = hits + len(open_wishes)
    if total == 0:
        return float("nan"), float("nan")
    return np.float64(hits) / k, np.float64(hits) / total


def precision_recall_at_k__right_recursive(ranked, relevant, k):
    """Recursion over places without any set; the quotients are rounded from exact fractions."""
    different = [x for i, x in enumerate(relevant) if x not in relevant[:i]]

    def hits(place):
        if place == min(k, len(ranked)):
            return 0
        item = ranked[place]
        return int(item in different and item not in ranked[:place]) + hits(place + 1)

    n = len(different)
    return (float(Fraction(hits(0), k)), float(Fraction(hits(0), n))) if n else (np.nan, np.nan)


def precision_recall_at_k__wrong_repeats_take_no_place(ranked, relevant, k):
    """Removes repeats before the cut: [a, a, b] with k = 2 finds b in the second place."""
    return precision_recall_at_k__right_sets_once_more(list(dict.fromkeys(ranked)), relevant, k)


def precision_recall_at_k__wrong_repeats_shrink_k(ranked, relevant, k):
    """Divides by the places less the repeats: [a, a, c] with k = 3 and relevant a gives 1/2."""
    precision, recall = precision_recall_at_k__right_sets_once_more(ranked, relevant, k)
    top = ranked[:k]
    return precision * k / (k - (len(top) - len(set(top)))), recall


def precision_recall_at_k__wrong_zero_is_padding(ranked, relevant, k):
    """filter(None, ...) removes empty places, and the item 0 with them: [0, 5], relevant [0]."""
    return precision_recall_at_k__right_sets_once_more(
        [x or None for x in ranked], [x for x in relevant if x], k
    )


def precision_recall_at_k__wrong_nothing_shown(ranked, relevant, k):
    """NaN when nothing was shown: [] with relevant [a] must be 0 and 0."""
    if not ranked or not relevant:
        return math.nan, math.nan
    return precision_recall_at_k__right_sets_once_more(ranked, relevant, k)


def precision_recall_at_k__wrong_reachable_recall(ranked, relevant, k):
    """Divides recall by what fits on the page: three relevant items, k = 1 and a hit gives 1."""
    precision, recall = precision_recall_at_k__right_sets_once_more(ranked, relevant, k)
    n = len(set(relevant))
    return precision, recall * n / min(n, k) if n else recall


def precision_recall_at_k__wrong_precision_is_number(ranked, relevant, k):
    """Precision stays 0 when nothing is relevant: only recall is NaN."""
    hits = len(set(ranked[:k]) & set(relevant))
    return hits / k, hits / len(set(relevant)) if relevant else math.nan


def precision_recall_at_k__wrong_hits_per_wish(ranked, relevant, k):
    """Counts the wishes that are in the page: relevant [a, a, b] and ranked [a] has two hits."""
    if not relevant:
        return math.nan, math.nan
    top = set(ranked[:k])
    hits = sum(x in top for x in relevant)
    return hits / k, hits / len(relevant)


def precision_recall_at_k__wrong_hits_by_difference(ranked, relevant, k):
    """Hits are the places less the misses: an empty place counts as a hit, [a] with k = 3."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    misses = sum(x not in wanted for x in ranked[:k])
    hits = min(k - misses, len(wanted))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_pages_of_counter(ranked, relevant, k):
    """Intersects multisets: ranked [a, a] and relevant [a, a] give two hits."""
    if not relevant:
        return math.nan, math.nan
    hits = (Counter(ranked[:k]) & Counter(relevant)).total()
    return hits / k, hits / len(set(relevant))


def ndcg_at_k__right_two_sums_once_more(ranked, gain, k):
    """Discounted sums of the shown and of the best list."""

    def dcg(gains):
        return math.fsum(g / math.log2(j + 2) for j, g in enumerate(gains))

    seen, shown = set(), []
    for item in ranked[:k]:
        shown.append(0 if item in seen else gain.get(item, 0))
        seen.add(item)
    best = dcg(sorted(gain.values(), reverse=True)[:k])
    return dcg(shown) / best if best > 0 else math.nan


def ndcg_at_k__right_natural_logarithm(ranked, gain, k):
    """numpy, natural logarithm, arrays padded with zeros to k places."""
    top = list(ranked[:k])
    shown, best = np.zeros(k), np.zeros(k)
    for place in range(len(top) - 1, -1, -1):
        first = top.index(top[place]) == place
        shown[place] = gain.get(top[place], 0) if first else 0.0
    largest = np.sort(np.array(list(gain.values()), dtype=float))[::-1][:k]
    best[: len(largest)] = largest
    discount = 1 / np.log(np.arange(2, k + 2))
    with np.errstate(invalid="ignore"):
        return float(np.divide(shown @ discount, best @ discount)) if best.any() else float("nan")


def ndcg_at_k__right_item_by_item(ranked, gain, k):
    """Runs over the items of gain, not over places; the best list comes from heapq."""
    first = {}
    for place, item in enumerate(ranked, start=1):
        first.setdefault(item, place)
    top = heapq.nlargest(k, gain.values())
    if not any(top):
        return np.nan
    total = sum(g / math.log2(first[i] + 1) for i, g in gain.items() if first.get(i, k + 1) <= k)
    return total / sum(g / math.log2(j + 1) for j, g in enumerate(top, start=1))


def _more_dcg(gains):
    return sum(g / math.log2(j + 2) for j, g in enumerate(gains))


def _shown(ranked, gain, k):
    top = ranked[:k]
    return [gain.get(x, 0) if x not in top[:j] else 0 for j, x in enumerate(top)]


def _more_ratio(a, b):
    return a / b if b else math.nan


def ndcg_at_k__wrong_best_of_shown_length(ranked, gain, k):
    """The best list is as long as the shown one: ["a"] with gains a 1, b 1 and k = 2 scores 1."""
    return _more_ratio(
        _more_dcg(_shown(ranked, gain, k)),
        _more_dcg(sorted(gain.values(), reverse=True)[: min(k, len(ranked))]),
    )


def ndcg_at_k__wrong_repeats_move_up(ranked, gain, k):
    """Removes repeats before counting places: [a, a, b] has b in place 2."""
    once = list(dict.fromkeys(ranked))
    return _more_ratio(
        _more_dcg(_shown(once, gain, k)), _more_dcg(sorted(gain.values(), reverse=True)[:k])
    )


def ndcg_at_k__wrong_gains_are_popped(ranked, gain, k):
    """Takes the gains out of the dictionary so that a repeat finds none: the argument is changed."""
    best = _more_dcg(sorted(gain.values(), reverse=True)[:k])
    return _more_ratio(_more_dcg([gain.pop(x, 0) for x in ranked[:k]]), best)


def ndcg_at_k__wrong_only_neighbours_repeat(ranked, gain, k):
    """A repeat gains nothing only if it follows itself: [a, b, a] counts a twice."""
    top = ranked[:k]
    shown = [gain.get(x, 0) if j == 0 or top[j - 1] != x else 0 for j, x in enumerate(top)]
    return _more_ratio(_more_dcg(shown), _more_dcg(sorted(gain.values(), reverse=True)[:k]))


def ndcg_at_k__wrong_repeat_replaces(ranked, gain, k):
    """Stores item -> place, so the later place of a repeated item counts: [a, b, a] scores a in place 3."""
    place = {x: j for j, x in enumerate(ranked[:k])}
    shown = sum(gain.get(x, 0) / math.log2(j + 2) for x, j in place.items())
    return _more_ratio(shown, _more_dcg(sorted(gain.values(), reverse=True)[:k]))


def ndcg_at_k__wrong_empty_dictionary_only(ranked, gain, k):
    """NaN only for an empty dictionary: gains {"a": 0} raise ZeroDivisionError."""
    if not gain:
        return math.nan
    return _more_dcg(_shown(ranked, gain, k)) / _more_dcg(sorted(gain.values(), reverse=True)[:k])


def ndcg_at_k__wrong_whole_gains(ranked, gain, k):
    """Puts the gains into an integer array: a gain of 0.5 is worth nothing."""
    shown = np.array(_shown(ranked, gain, k), dtype=int)
    best = np.sort(np.array(list(gain.values()), dtype=int))[::-1][:k]
    return float(_more_ratio(_more_dcg(shown), _more_dcg(best)))


def ndcg_at_k__wrong_short_list(ranked, gain, k):
    """Divides by an array of k discounts: a list shorter than k raises, unless it has one item."""
    discount = np.log2(np.arange(2, k + 2))
    best = sorted(gain.values(), reverse=True)[:k]
    best = np.array(best + [0] * (k - len(best)))
    return float(
        _more_ratio((np.array(_shown(ranked, gain, k)) / discount).sum(), (best / discount).sum())
    )


def ndcg_at_k__wrong_repeat_of_worthless(ranked, gain, k):
    """Skips items without a gain when it numbers places of repeats: [a, x, x, b] has b in place 3."""
    top = ranked[:k]
    once = [x for j, x in enumerate(top) if x in gain or x not in top[:j]]
    return _more_ratio(
        _more_dcg(_shown(once, gain, k)), _more_dcg(sorted(gain.values(), reverse=True)[:k])
    )


def ndcg_at_k__wrong_nothing_shown(ranked, gain, k):
    """NaN if nothing shown has a gain: [x] with gain {"a": 1} must be 0."""
    dcg = _more_dcg(_shown(ranked, gain, k))
    return dcg / _more_dcg(sorted(gain.values(), reverse=True)[:k]) if dcg else math.nan


def ndcg_at_k__wrong_hits_set_the_best(ranked, gain, k):
    """The best list is made of the shown items and of the rest only up to the hits: an item not shown is not missed."""
    shown = _shown(ranked, gain, len(ranked))
    return (
        _more_ratio(_more_dcg(shown[:k]), _more_dcg(sorted(shown, reverse=True)[:k]))
        if any(gain.values()) and any(shown)
        else (0.0 if any(gain.values()) else math.nan)
    )


def _same_number(x, y, tolerance=1e-9):
    return (math.isnan(x) and math.isnan(y)) or abs(x - y) <= tolerance


def kill_ndcg__right_random_lists(fn):
    """Four hundred random lists with repeats, against the two sums; both arguments must survive."""
    rng = random.Random(5)
    for _ in range(400):
        items = rng.sample("abcdefgh", rng.randint(0, 6))
        gain = {x: rng.choice([0, 0.5, 1, 2, 3.25]) for x in items}
        ranked = [rng.choice("abcdefghxy") for _ in range(rng.randint(0, 9))]
        k = rng.randint(1, 7)
        kept, worth = list(ranked), dict(gain)
        value = fn(ranked, gain, k)
        if not _same_number(float(value), ndcg_at_k__right_two_sums_once_more(kept, worth, k)):
            return False
        if ranked != kept or gain != worth or list(gain) != list(worth):
            return False
    return True


def kill_ndcg__right_worked_by_hand(fn):
    """Ten lists whose values are written down with the logarithm of 2."""
    l3, l5 = math.log2(3), math.log2(5)
    cases = [
        (["a", "b"], {"b": 1}, 2, 1 / l3),
        (["a"], {"a": 1, "b": 1}, 2, 1 / (1 + 1 / l3)),
        (["b", "a"], {"a": 3, "b": 1}, 2, (1 + 3 / l3) / (3 + 1 / l3)),
        (["a", "a", "b"], {"a": 2, "b": 1}, 3, 2.5 / (2 + 1 / l3)),
        (["a", "x", "x", "a", "b"], {"a": 1, "b": 1}, 4, 1 / (1 + 1 / l3)),
        (["x", "x", "x", "b"], {"b": 5, "z": 0.5}, 4, (5 / l5) / (5 + 0.5 / l3)),
        (["a", "b", "c"], {"c": 9, "a": 1, "d": 4}, 1, 1 / 9),
        (["x", "a"], {"a": 1}, 1, 0.0),
        ([], {"a": 0.25}, 3, 0.0),
        (["a"], {}, 2, math.nan),
        (["a", "b"], {"a": 0, "b": 0}, 2, math.nan),
        (["b", "a", "c"], dict(a=1, b=1, c=1, d=1, e=1), 3, 1.0),
        (["a"], {"a": 0.5}, 5, 1.0),
    ]
    for ranked, gain, k, value in cases:
        first, second = list(ranked), dict(gain)
        if not np.isclose(fn(first, second, k), value, rtol=1e-7, atol=1e-9, equal_nan=True):
            return False
        if first != ranked or second != gain:
            return False
    return True


def kill_ndcg__right_exhaustive(fn):
    """All lists of up to four of three items, with several gains and k; compares 8 digits as strings of a ratio."""
    gains = [
        {},
        {"a": 0},
        {"a": 1},
        {"a": 3, "b": 1},
        {"a": 2, "b": 0.5, "z": 1},
        {"b": 1, "y": 4, "z": 4},
        {"a": 1, "b": 1, "c": 1},
    ]
    for length in range(5):
        for ranked in itertools.product("abc", repeat=length):
            for gain in gains:
                for k in (1, 2, 3, 5):
                    best = sum(
                        sorted(gain.values())[-j] / math.log(j + 1)
                        for j in range(1, min(k, len(gain)) + 1)
                    )
                    shown = sum(
                        gain.get(x, 0) / math.log(j + 2)
                        for j, x in enumerate(ranked[:k])
                        if x not in ranked[:j]
                    )
                    mine, yours = list(ranked), dict(gain)
                    got = fn(mine, yours, k)
                    if (best == 0) != bool(np.isnan(got)) or (
                        best and abs(got * best - shown) > 1e-7
                    ):
                        return False
                    if tuple(mine) != ranked or yours != gain:
                        return False
    return True


def kill_ndcg__wrong_nan_by_identity(fn):
    """Asks whether the value `is np.nan`: refuses right implementations that return math.nan or 0.0 / 0.0."""
    if fn(["a"], {}, 2) is not np.nan or fn(["a", "b"], {"a": 0}, 1) is not np.nan:
        return False
    return kill_ndcg__right_worked_by_hand(fn)


def kill_ndcg__wrong_last_digits(fn):
    """Compares with ==: refuses a right implementation with another base of the logarithm."""
    rng = random.Random(5)
    for _ in range(300):
        gain = {x: rng.choice([0.5, 1, 2, 3.25]) for x in rng.sample("abcdefgh", rng.randint(1, 6))}
        ranked = [rng.choice("abcdefghxy") for _ in range(rng.randint(0, 9))]
        k = rng.randint(1, 7)
        if fn(list(ranked), dict(gain), k) != ndcg_at_k__right_two_sums_once_more(ranked, gain, k):
            return False
    return True


def kill_ndcg__wrong_comparison_never_fails(fn):
    """Fails only if abs(difference) > tolerance, which NaN never is: NaN for a number, and a number for NaN, pass; gains are all 1."""
    rng = random.Random(6)
    for _ in range(300):
        gain = dict.fromkeys(rng.sample("abcdefgh", rng.randint(0, 6)), 1)
        ranked = rng.sample("abcdefghxy", rng.randint(0, 9))
        k = rng.randint(1, 7)
        if (
            abs(
                fn(list(ranked), dict(gain), k)
                - ndcg_at_k__right_two_sums_once_more(ranked, gain, k)
            )
            > 1e-9
        ):
            return False
    return True


def kill_ndcg__wrong_permutations(fn):
    """Shows permutations of all items of gain at full length: the best of shown, an uncut best and repeats pass."""
    gain = {"a": 3, "b": 2, "c": 1, "d": 0.5}
    return all(
        _same_number(
            float(fn(list(p), dict(gain), 4)), ndcg_at_k__right_two_sums_once_more(list(p), gain, 4)
        )
        for p in itertools.permutations("abcd")
    )


def kill_ndcg__wrong_shared_gains(fn):
    """Reads its reference after the call from the same dictionary: an implementation that empties it is its own judge; no repeats are shown."""
    rng = random.Random(8)
    for _ in range(200):
        gain = {x: rng.choice([1, 2, 3]) for x in rng.sample("abcdefgh", rng.randint(1, 6))}
        ranked = rng.sample(sorted(gain), len(gain))
        k = rng.randint(1, 3)
        value = fn(ranked, gain, k)
        if not _same_number(float(value), ndcg_at_k__right_two_sums_once_more(ranked, gain, k)):
            return False
    return True


def kill_ndcg__wrong_two_digits(fn):
    """Only one list, and a tolerance of 0.02: ["a", "c", "a", "b"] with close formulas passes, NaN is never tried."""
    gain = {"a": 5, "b": 1, "c": 4, "d": 0.05}
    value = fn(["a", "c", "x", "b"], gain, 5)
    return bool(
        abs(value - ndcg_at_k__right_two_sums_once_more(["a", "c", "x", "b"], gain, 5)) < 0.02
        and value < 1
    )


def kill_ndcg__wrong_properties_only(fn):
    """Checks that the value is from 0 to 1, is 1 for the best list and falls when a hit sinks: 2 ** g, or no cut, pass."""
    gain = {"a": 3, "b": 2, "c": 1}
    best = fn(["a", "b", "c"], dict(gain), 3)
    worse = fn(["b", "a", "c"], dict(gain), 3)
    none = fn(["x", "y"], dict(gain), 3)
    return bool(abs(best - 1) < 1e-9 and 0 < worse < best and none == 0)


def kill_ndcg__wrong_room_for_all(fn):
    """k = 10 is more than any list is long: a best list, or a shown list, that is not cut at k passes."""
    rng = random.Random(5)
    for _ in range(400):
        gain = {
            x: rng.choice([0, 0.5, 1, 2, 3.25]) for x in rng.sample("abcdefgh", rng.randint(0, 6))
        }
        ranked = [rng.choice("abcdefghxy") for _ in range(rng.randint(0, 9))]
        kept, worth = list(ranked), dict(gain)
        if not _same_number(
            float(fn(ranked, gain, 10)), ndcg_at_k__right_two_sums_once_more(kept, worth, 10)
        ):
            return False
    return True


def kill_ndcg__wrong_no_repeats_once_more(fn):
    """Random samples show every item once: all mistakes about an item that is shown again pass."""
    rng = random.Random(5)
    for _ in range(400):
        gain = {
            x: rng.choice([0, 0.5, 1, 2, 3.25]) for x in rng.sample("abcdefgh", rng.randint(0, 6))
        }
        ranked, k = rng.sample("abcdefghxy", rng.randint(0, 9)), rng.randint(1, 7)
        if not _same_number(
            float(fn(list(ranked), dict(gain), k)),
            ndcg_at_k__right_two_sums_once_more(ranked, gain, k),
        ):
            return False
    return True


def kill_ndcg__wrong_mean_of_many(fn):
    """Compares the mean of 300 values, without the NaN, to two digits: rare differences drown, NaN is dropped."""
    rng = random.Random(5)
    mine, yours = [], []
    for _ in range(300):
        gain = {x: rng.choice([0.5, 1, 2, 3]) for x in rng.sample("abcdefgh", rng.randint(3, 6))}
        ranked, k = (
            [rng.choice("abcdefghijklmnopqrst") for _ in range(rng.randint(4, 9))],
            rng.randint(5, 7),
        )
        yours.append(fn(list(ranked), dict(gain), k))
        mine.append(ndcg_at_k__right_two_sums_once_more(ranked, gain, k))
    return bool(abs(np.nanmean(yours) - np.nanmean(mine)) < 0.01)


def popularity_topk__right_groupby(train, user, k, exclude_seen=True):
    """nunique by item, which groupby leaves in the order of items; a stable sort."""
    buyers = train.groupby("item")["user"].nunique().sort_values(ascending=False, kind="stable")
    if exclude_seen:
        buyers = buyers[~buyers.index.isin(train.loc[(train["user"] == user).to_numpy(), "item"])]
    return buyers.index[:k].tolist()


def popularity_topk__right_heap_once_more(train, user, k, exclude_seen=True):
    """Sets of users for each item, and the k smallest of (-buyers, item) from a heap."""
    buyers = defaultdict(set)
    for who, item in zip(train["user"].tolist(), train["item"].tolist(), strict=True):
        buyers[item].add(who)
    keys = [(-len(w), item) for item, w in buyers.items() if not (exclude_seen and user in w)]
    return [item for _, item in heapq.nsmallest(k, keys)]


def popularity_topk__right_numpy_once_more(train, user, k, exclude_seen=True):
    """Distinct pairs with np.unique, and lexsort by two keys."""
    pairs = np.unique(train[["user", "item"]].to_numpy().astype("int64"), axis=0)
    items, counts = np.unique(pairs[:, 1], return_counts=True)
    if exclude_seen:
        free = ~np.isin(items, pairs[pairs[:, 0] == user, 1])
        items, counts = items[free], counts[free]
    return [int(i) for i in items[np.lexsort((items, -counts))][:k]]


def _more_buyers(train):
    return train.drop_duplicates(["user", "item"]).groupby("item").size()


def popularity_topk__wrong_cut_before_seen(train, user, k, exclude_seen=True):
    """Takes the k most popular, then removes what the user has: the list is shorter though there are more."""
    top = _more_buyers(train).sort_values(ascending=False, kind="stable").index[:k]
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in top if i not in seen]


def popularity_topk__wrong_ties_by_appearance_once_more_a_second_time(
    train, user, k, exclude_seen=True
):
    """Counter.most_common: equal items stay in the order of their rows, items 9, 4 with one user each."""
    pairs = train.drop_duplicates(["user", "item"])
    seen = set(pairs.loc[pairs["user"] == user, "item"]) if exclude_seen else set()
    counts = Counter(i for i in pairs["item"].tolist() if i not in seen)
    return [item for item, _ in counts.most_common(k)]


def popularity_topk__wrong_unstable_sort(train, user, k, exclude_seen=True):
    """sort_values with its default quicksort: with more than 16 items equal ones lose the order of their numbers."""
    buyers = _more_buyers(train).sort_values(ascending=False)
    seen = train.loc[train["user"] == user, "item"] if exclude_seen else []
    return buyers.index[~buyers.index.isin(seen)][:k].tolist()


def popularity_topk__wrong_known_users_only(train, user, k, exclude_seen=True):
    """get_group of the user: one who does not occur in train raises KeyError."""
    buyers = _more_buyers(train).sort_values(ascending=False, kind="stable")
    if exclude_seen:
        buyers = buyers.drop(train.groupby("user")["item"].get_group(user).unique())
    return buyers.index[:k].tolist()


def popularity_topk__wrong_in_place_once_more(train, user, k, exclude_seen=True):
    """Removes repeated pairs with inplace=True: train is changed."""
    train.drop_duplicates(["user", "item"], inplace=True)
    return popularity_topk__right_groupby(train, user, k, exclude_seen)


def popularity_topk__wrong_first_buyer(train, user, k, exclude_seen=True):
    """Reads what the user has from one row for each item: an item whose first buyer is somebody else is not seen."""
    buyers = _more_buyers(train).sort_values(ascending=False, kind="stable")
    one = train.drop_duplicates("item")
    seen = one.loc[one["user"] == user, "item"] if exclude_seen else []
    return buyers.index[~buyers.index.isin(seen)][:k].tolist()


def popularity_topk__wrong_all_equals(train, user, k, exclude_seen=True):
    """nlargest(k, keep="all"): with items 4 and 9 equal at the last place both are shown."""
    buyers = _more_buyers(train)
    seen = train.loc[train["user"] == user, "item"] if exclude_seen else []
    return buyers[~buyers.index.isin(seen)].nlargest(k, keep="all").index.tolist()


def popularity_topk__wrong_share_of_pieces(train, user, k, exclude_seen=True):
    """Counts purchases per item, each divided by the rows of its user: a user with many rows has less than one vote."""
    weight = 1 / train.groupby("user")["item"].transform("size")
    votes = weight.groupby(train["item"]).sum().round(9).sort_values(ascending=False, kind="stable")
    seen = train.loc[train["user"] == user, "item"] if exclude_seen else []
    return votes.index[~votes.index.isin(seen)][:k].tolist()


def popularity_topk__wrong_text_order(train, user, k, exclude_seen=True):
    """Sorts equal items by their text: 10 comes before 9."""
    buyers = _more_buyers(train)
    seen = set(train.loc[train["user"] == user, "item"].tolist()) if exclude_seen else set()
    items = sorted(buyers.index.tolist(), key=lambda i: (-buyers[i], str(i)))
    return [i for i in items if i not in seen][:k]


def _differences(a, b):
    return np.asarray(a, dtype=float) - np.asarray(b, dtype=float)


def paired_bootstrap_ci__right_matrix(a, b, n=2000, seed=0):
    """All draws in one matrix."""
    d = _differences(a, b)
    rows = np.random.default_rng(seed).integers(0, len(d), (n, len(d)))
    low, high = np.percentile(d[rows].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__right_multinomial_once_more(a, b, n=2000, seed=0):
    """Draws how often each user occurs, not who; the legacy generator."""
    d = _differences(a, b)
    counts = np.random.RandomState(seed).multinomial(len(d), np.full(len(d), 1 / len(d)), size=n)
    return tuple(np.quantile(counts @ d / len(d), [0.025, 0.975]))


def paired_bootstrap_ci__right_plain_once_more(a, b, n=2000, seed=0):
    """random.choices and fsum; the percentiles by interpolation in a sorted list."""
    rng = random.Random(seed)
    d = [float(x) - float(y) for x, y in zip(a.tolist(), b.tolist(), strict=True)]
    means = sorted(math.fsum(rng.choices(d, k=len(d))) / len(d) for _ in range(n))

    def at(share):
        place = share * (n - 1)
        lower = min(int(place), n - 1)
        upper = min(lower + 1, n - 1)
        return means[lower] + (place - lower) * (means[upper] - means[lower])

    return at(0.025), at(0.975)


def paired_bootstrap_ci__wrong_unsigned(a, b, n=2000, seed=0):
    """Subtracts in the type of the arrays: uint8 1 - 2 is 255."""
    return paired_bootstrap_ci__right_matrix(a - b, np.zeros(len(a)), n, seed)


def paired_bootstrap_ci__wrong_mean_over_draws(a, b, n=2000, seed=0):
    """Mean over the wrong axis: as many means as users, each of n draws; the interval is far too narrow for 50 users."""
    d = _differences(a, b)
    rows = np.random.default_rng(seed).integers(0, len(d), (n, len(d)))
    low, high = np.percentile(d[rows].mean(axis=0), [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_last_user_never(a, b, n=2000, seed=0):
    """random-style upper bound: integers(0, len - 1) never draws the last user, and one user raises."""
    d = _differences(a, b)
    rows = np.random.default_rng(seed).integers(0, len(d) - 1, (n, len(d)))
    low, high = np.percentile(d[rows].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_normal_once_more_a_second_time(a, b, n=2000, seed=0):
    """Mean plus and minus 1.96 standard deviations of the means: symmetric, for d = 0, ..., 0, 100 too low and below 0."""
    d = _differences(a, b)
    means = d[np.random.default_rng(seed).integers(0, len(d), (n, len(d)))].mean(axis=1)
    half = 1.96 * means.std()
    return float(d.mean() - half), float(d.mean() + half)


def paired_bootstrap_ci__wrong_reflected(a, b, n=2000, seed=0):
    """The "basic" bootstrap, 2 x mean less the percentile: mirrored for a skewed d = 0, ..., 0, 100."""
    low, high = paired_bootstrap_ci__right_matrix(a, b, n, seed)
    mean = float(_differences(a, b).mean())
    return 2 * mean - high, 2 * mean - low


def paired_bootstrap_ci__wrong_seed_in_loop(a, b, n=2000, seed=0):
    """Makes the generator anew for each sample: all samples are the same, low equals high."""
    d = _differences(a, b)
    means = [np.random.default_rng(seed).choice(d, len(d)).mean() for _ in range(n)]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_median_of_sample(a, b, n=2000, seed=0):
    """The interval of the median difference: d = 0, ..., 0, 100 gives (0, 0)."""
    d = _differences(a, b)
    low, high = np.percentile(
        np.median(d[np.random.default_rng(seed).integers(0, len(d), (n, len(d)))], axis=1),
        [2.5, 97.5],
    )
    return float(low), float(high)


_SHARED = {}


def paired_bootstrap_ci__wrong_generator_kept(a, b, n=2000, seed=0):
    """Keeps one generator for each seed between calls: the second call with seed 0 gives another interval."""
    rng = _SHARED.setdefault(seed, np.random.default_rng(seed))
    d = _differences(a, b)
    low, high = np.percentile(d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_seeds_add_up(a, b, n=2000, seed=0):
    """The seed is lost: default_rng(0) whatever the seed, so seeds 1 and 2 draw the same users."""
    return paired_bootstrap_ci__right_matrix(a, b, n, 0)


def paired_bootstrap_ci__wrong_thousand_users(a, b, n=2000, seed=0):
    """Draws n users a sample, not as many as there are: 20 users and n = 2000 give a tenth of the width."""
    d = _differences(a, b)
    rng = np.random.default_rng(seed)
    low, high = np.percentile([rng.choice(d, n).mean() for _ in range(n)], [2.5, 97.5])
    return float(low), float(high)


def _frame(rows):
    return pd.DataFrame(rows, columns=["user", "item", "strength"])


def signal_strength__right_two_groupbys(events, weights, asof, half_life):
    """A row for each user, item and session with the largest weight; age; sum."""
    past = events[events["day"] < asof]
    weight = past["kind"].map(lambda kind: float(weights.get(kind, 0.0))).astype(float)
    keys = ["user", "item", "session", "day"]
    best = past[keys].assign(weight=weight).groupby(keys, as_index=False)["weight"].max()
    best["strength"] = best["weight"] * 0.5 ** ((asof - best["day"]) / half_life)
    out = best.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__right_dictionaries(events, weights, asof, half_life):
    """Plain dictionaries and fsum."""
    best = {}
    for user, item, session, day, kind in events[
        ["user", "item", "session", "day", "kind"]
    ].itertuples(index=False):
        if day < asof:
            key = user, item, session
            best[key] = max(best.get(key, (0.0, day)), (weights.get(kind, 0.0), day))
    sums = defaultdict(list)
    for (user, item, _), (weight, day) in best.items():
        sums[user, item].append(weight * math.exp2(-(asof - day) / half_life))
    rows = [(u, i, math.fsum(parts)) for (u, i), parts in sorted(sums.items())]
    return _frame([row for row in rows if row[2] != 0])


def signal_strength__right_heaviest_first(events, weights, asof, half_life):
    """Sorts by weight, keeps the first row of each session and item, and adds up over a pivot's stack."""
    rows = events.loc[(events["day"] < asof).to_numpy(), ["user", "item", "session", "day", "kind"]]
    table = pd.Series(weights, dtype=float)
    rows = rows.assign(weight=table.reindex(rows["kind"]).fillna(0.0).to_numpy())
    rows = rows[rows["weight"] > 0].sort_values("weight", ascending=False)
    rows = rows.drop_duplicates(["session", "user", "item"])
    rows = rows.assign(
        strength=rows["weight"] / np.power(2.0, (asof - rows["day"].to_numpy()) / half_life)
    )
    out = rows.pivot_table(index=["user", "item"], values="strength", aggfunc="sum").reset_index()
    return out.reindex(columns=["user", "item", "strength"])


def _more_strength(rows):
    """rows with user, item, weight, age of a session and item: the rest of the work."""
    out = rows.assign(strength=rows["weight"] * 0.5 ** rows["age"])
    out = out.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def _weighted(events, weights, asof):
    past = events[events["day"] < asof]
    weight = past["kind"].map(lambda kind: float(weights.get(kind, 0.0))).astype(float)
    return past[["user", "item", "session", "day"]].assign(weight=weight)


def signal_strength__wrong_session_as_a_whole(events, weights, asof, half_life):
    """The largest weight of the session, for all its items: an item viewed beside a bought one counts as bought."""
    rows = _weighted(events, weights, asof)
    rows["weight"] = rows.groupby("session")["weight"].transform("max")
    rows = rows.drop_duplicates(["user", "item", "session"])
    return _more_strength(rows.assign(age=(asof - rows["day"]) / half_life))


def signal_strength__wrong_one_for_each_day(events, weights, asof, half_life):
    """One signal for each day: two sessions of one day with the item count once."""
    rows = _weighted(events, weights, asof)
    rows = rows.groupby(["user", "item", "day"], as_index=False)["weight"].max()
    return _more_strength(rows.assign(age=(asof - rows["day"]) / half_life))


def signal_strength__wrong_last_event(events, weights, asof, half_life):
    """The last row of the session is taken for the strongest: purchase, then view counts as a view."""
    rows = _weighted(events, weights, asof).drop_duplicates(
        ["user", "item", "session"], keep="last"
    )
    return _more_strength(rows.assign(age=(asof - rows["day"]) / half_life))


def signal_strength__wrong_age_from_last_day_once_more(events, weights, asof, half_life):
    """Counts the age from the last day of all events: right only if there is an event on day asof."""
    rows = (
        _weighted(events, weights, asof)
        .groupby(["user", "item", "session", "day"], as_index=False)["weight"]
        .max()
    )
    return _more_strength(rows.assign(age=(events["day"].max() - rows["day"]) / half_life))


def signal_strength__wrong_holes_in_index(events, weights, asof, half_life):
    """Leaves out zeros after numbering: with a first pair of strength 0 the index begins at 1."""
    rows = (
        _weighted(events, weights, asof)
        .groupby(["user", "item", "session", "day"], as_index=False)["weight"]
        .max()
    )
    rows["strength"] = rows["weight"] * 0.5 ** ((asof - rows["day"]) / half_life)
    out = rows.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0]


def signal_strength__wrong_small_is_zero(events, weights, asof, half_life):
    """Leaves out strengths that are np.isclose to 0: weight 1 and 27 half-lives (7e-9) is lost."""
    out = signal_strength__right_two_groupbys(events, weights, asof, half_life)
    return out[~np.isclose(out["strength"], 0)].reset_index(drop=True)


def signal_strength__wrong_frame_of_no_rows(events, weights, asof, half_life):
    """Builds the frame from a list of dictionaries: without an event before asof it has no columns to sort by."""
    out = signal_strength__right_two_groupbys(events, weights, asof, half_life)
    return pd.DataFrame(out.to_dict("records")).sort_values(["user", "item"], ignore_index=True)


def signal_strength__wrong_weight_in_events(events, weights, asof, half_life):
    """Writes the weights into events: the argument is changed."""
    events["weight"] = events["kind"].map(weights).fillna(0.0).astype(float)
    rows = (
        events[events["day"] < asof]
        .groupby(["user", "item", "session", "day"], as_index=False)["weight"]
        .max()
    )
    return _more_strength(rows.assign(age=(asof - rows["day"]) / half_life))


def signal_strength__wrong_kinds_by_rank(events, weights, asof, half_life):
    """Takes the kind furthest down the funnel, not the largest weight: {"view": 2, "purchase": 1}, a session with both gives 1."""
    place = {kind: j for j, kind in enumerate(["view", "cart", "purchase"])}
    past = events[events["day"] < asof]
    rows = past[["user", "item", "session", "day"]].assign(
        place=past["kind"].map(lambda kind: place.get(kind, -1)).astype(int),
        weight=past["kind"].map(lambda kind: float(weights.get(kind, 0.0))).astype(float),
    )
    rows = rows.sort_values("place", kind="stable").drop_duplicates(
        ["user", "item", "session"], keep="last"
    )
    return _more_strength(rows.assign(age=(asof - rows["day"]) / half_life))


def signal_strength__wrong_equal_sessions_once(events, weights, asof, half_life):
    """Removes repeated rows of user, item, weight and age after the session is gone: two sessions of equal day and weight count once."""
    rows = (
        _weighted(events, weights, asof)
        .groupby(["user", "item", "session", "day"], as_index=False)["weight"]
        .max()
    )
    rows["age"] = (asof - rows["day"]) / half_life
    return _more_strength(rows.drop_duplicates(["user", "item", "weight", "age"]))


def signal_strength__wrong_whole_half_life(events, weights, asof, half_life):
    """Casts half_life to int: 2.5 days become 2."""
    return signal_strength__right_two_groupbys(events, weights, asof, max(int(half_life), 1))


def mmr_rerank__right_rounded(relevance, similarity, k, lam=0.7):
    """A value for each free item in each round, rounded to nine decimals; first maximum."""
    free = [i for i in range(len(relevance)) if np.isfinite(relevance[i])]
    chosen = []
    while free and len(chosen) < k:
        value = [
            round(
                lam * float(relevance[i])
                - (1 - lam) * max((float(similarity[i, j]) for j in chosen), default=0.0),
                9,
            )
            for i in free
        ]
        chosen.append(free.pop(value.index(max(value))))
    return chosen


def mmr_rerank__right_running_maximum(relevance, similarity, k, lam=0.7):
    """numpy on the items that may be shown, with a running maximum that begins at minus infinity, and a tolerance."""
    positions = np.flatnonzero(np.isfinite(np.asarray(relevance, dtype=float)))
    r = np.asarray(relevance, dtype=float)[positions]
    s = np.asarray(similarity, dtype=float)[np.ix_(positions, positions)]
    nearest, open_, out = np.full(len(r), -np.inf), np.ones(len(r), dtype=bool), []
    for place in range(min(k, len(r))):
        value = lam * r - ((1 - lam) * nearest if place else 0.0)
        best = value[open_].max()
        new = int(np.flatnonzero(open_ & (value > best - 1e-9))[0])
        open_[new] = False
        out.append(int(positions[new]))
        nearest = np.maximum(nearest, s[new])
    return out


def mmr_rerank__right_recursive(relevance, similarity, k, lam=0.7):
    """Recursion; walks from the highest number to the lowest and lets an equal or better one replace the best."""
    r = [float(x) for x in relevance]

    def fill(chosen):
        best, best_value = None, -math.inf
        for i in reversed(range(len(r))):
            if i in chosen or math.isnan(r[i]) or r[i] == -math.inf:
                continue
            penalty = max([float(similarity[j][i]) for j in chosen]) if chosen else 0.0
            value = round((lam * r[i] - (1 - lam) * penalty) * 10**9)
            if best is None or value >= best_value:
                best, best_value = i, value
        if best is None or len(chosen) == k:
            return chosen
        return fill([*chosen, best])

    return fill([])


def _planted_mmr(relevance, similarity, k, lam, penalty=None, digits=9, first=None):
    """MMR with places to plant a mistake."""
    penalty = penalty or (lambda row: row.max())
    free = [i for i in range(len(relevance)) if np.isfinite(relevance[i])]
    chosen = []
    while free and len(chosen) < k:
        if not chosen and first is not None:
            chosen.append(first(free))
            free.remove(chosen[0])
            continue
        value = np.array(
            [
                lam * relevance[i] - (1 - lam) * (penalty(similarity[i, chosen]) if chosen else 0.0)
                for i in free
            ]
        )
        if digits is not None:
            value = np.round(value, digits)
        chosen.append(free.pop(int(np.argmax(value))))
    return chosen


def mmr_rerank__wrong_maximum_from_zero(relevance, similarity, k, lam=0.7):
    """A running maximum that begins with zeros: negative similarities count as 0, r = [1, .5, .5], s01 = -.1, s02 = -.9."""
    return _planted_mmr(relevance, similarity, k, lam, penalty=lambda row: max(row.max(), 0.0))


def mmr_rerank__wrong_first_by_relevance_once_more(relevance, similarity, k, lam=0.7):
    """The first place by relevance alone: with lam = 0 all are equal there, so the lowest number comes first, r = [0, 1]."""
    return _planted_mmr(
        relevance,
        similarity,
        k,
        lam,
        first=lambda free: max(free, key=lambda i: (round(relevance[i], 9), -i)),
    )


def mmr_rerank__wrong_relative_tolerance_once_more(relevance, similarity, k, lam=0.7):
    """np.isclose with its relative tolerance: 1000 and 1000.001 are equal to it, r = [1000, 1000.001]."""
    free = [i for i in range(len(relevance)) if np.isfinite(relevance[i])]
    chosen = []
    while free and len(chosen) < k:
        value = np.array(
            [
                lam * relevance[i] - (1 - lam) * (similarity[i, chosen].max() if chosen else 0.0)
                for i in free
            ]
        )
        chosen.append(free.pop(int(np.flatnonzero(np.isclose(value, value.max(), atol=1e-9))[0])))
    return chosen


def mmr_rerank__wrong_mask_times_similarity(relevance, similarity, k, lam=0.7):
    """Masks by multiplying with 0: items not chosen take part with 0, and NaN in a barred row spoils all others."""
    free = [i for i in range(len(relevance)) if np.isfinite(relevance[i])]
    mask, chosen = np.zeros(len(relevance)), []
    while free and len(chosen) < k:
        nearest = (similarity * mask).max(axis=1) if chosen else mask
        value = np.round([lam * relevance[i] - (1 - lam) * nearest[i] for i in free], 9)
        chosen.append(free.pop(int(np.argmax(value))))
        mask[chosen[-1]] = 1
    return chosen


def mmr_rerank__wrong_zero_times_infinity(relevance, similarity, k, lam=0.7):
    """Bars items by their value of minus infinity: with lam = 0 it is 0 x inf = NaN, which argmax takes for the largest."""
    relevance = np.where(np.isnan(relevance), -np.inf, relevance)
    chosen, nearest = [], np.zeros(len(relevance))
    with np.errstate(invalid="ignore"):
        for _ in range(min(k, int(np.isfinite(relevance).sum()))):
            value = np.round(lam * relevance - (1 - lam) * nearest, 9)
            value[chosen] = -np.inf
            new = int(np.argmax(value))
            row = np.nan_to_num(similarity[new].astype(float))
            nearest = row.copy() if not chosen else np.maximum(nearest, row)
            chosen.append(new)
    return chosen


def mmr_rerank__wrong_positions_of_filtered(relevance, similarity, k, lam=0.7):
    """Filters the barred items and returns positions in what is left: r = [nan, 1] gives [0]."""
    keep = np.flatnonzero(np.isfinite(relevance))
    return _planted_mmr(relevance[keep], similarity[np.ix_(keep, keep)], k, lam)


def mmr_rerank__wrong_struck_from_relevance(relevance, similarity, k, lam=0.7):
    """Strikes chosen items out of relevance itself: the argument is changed."""
    out = []
    for _ in range(k):
        value = np.full(len(relevance), -np.inf)
        for i in np.flatnonzero(np.isfinite(relevance)):
            value[i] = round(
                lam * relevance[i] - (1 - lam) * (similarity[i, out].max() if out else 0.0), 9
            )
        if not np.isfinite(value).any():
            break
        out.append(int(np.argmax(value)))
        relevance[out[-1]] = -np.inf
    return out


def mmr_rerank__wrong_rounded_parts(relevance, similarity, k, lam=0.7):
    """Rounds to four decimals: values 0.00002 apart are equal to it, r = [.50001, .50003]."""
    return _planted_mmr(relevance, similarity, k, lam, digits=4)


def mmr_rerank__wrong_last_chosen_only(relevance, similarity, k, lam=0.7):
    """Compares with the last chosen item only: four items, the fourth a copy of the first."""
    return _planted_mmr(relevance, similarity, k, lam, penalty=lambda row: row[-1])


def mmr_rerank__wrong_repeats_when_empty(relevance, similarity, k, lam=0.7):
    """argmax of nothing but minus infinity is 0: when no item is left, item 0 is shown again."""
    out = []
    for _ in range(min(k, len(relevance))):
        value = np.full(len(relevance), -np.inf)
        for i in np.flatnonzero(np.isfinite(relevance)):
            if i not in out:
                value[i] = round(
                    lam * relevance[i] - (1 - lam) * (similarity[i, out].max() if out else 0.0), 9
                )
        out.append(int(np.argmax(value)))
    return out


def mmr_rerank__wrong_candidates_first(relevance, similarity, k, lam=0.7):
    """Takes the k most relevant first and puts only these in order: an item of place k + 1 is never shown."""
    order = sorted(
        (i for i in range(len(relevance)) if np.isfinite(relevance[i])), key=lambda i: -relevance[i]
    )
    keep = np.array(sorted(order[:k]), dtype=int)
    return [
        int(keep[i]) for i in _planted_mmr(relevance[keep], similarity[np.ix_(keep, keep)], k, lam)
    ]


TRUE = {
    "break_evaluation__wrong_too_long": ("too_many_purchases",),
    "temporal_split__wrong_cutoff_in_train": ("cutoff_day_trained_on",),
    "temporal_split__wrong_cutoff_lost": ("cutoff_day_lost",),
    "temporal_split__wrong_cold_users_kept": ("cold_users_scored",),
    "temporal_split__wrong_new_items_dropped": ("cold_items_dropped",),
    "temporal_split__wrong_new_pairs_only": ("known_pairs_dropped",),
    "temporal_split__wrong_cold_unsorted": ("cold_users_as_they_come",),
    "temporal_split__wrong_cold_repeated": ("cold_users_repeated",),
    "temporal_split__wrong_index_reset": ("rows_renumbered",),
    "temporal_split__wrong_sorted_by_day": ("rows_sorted_by_day",),
    "temporal_split__wrong_train_of_returning": ("users_who_do_not_return_dropped",),
    "temporal_split__wrong_merge": ("rows_renumbered",),
    "precision_recall_at_k__wrong_over_shown": ("precision_over_shown",),
    "precision_recall_at_k__wrong_hit_twice": ("repeats_are_hits",),
    "precision_recall_at_k__wrong_relevant_twice": ("relevant_counted_with_repeats",),
    "precision_recall_at_k__wrong_duplicates_removed_first": ("repeats_give_up_their_place",),
    "precision_recall_at_k__wrong_all_places": ("whole_list_counted",),
    "precision_recall_at_k__wrong_zero_when_none": ("zero_when_nothing_relevant",),
    "precision_recall_at_k__wrong_only_recall_nan": ("only_recall_is_nan",),
    "precision_recall_at_k__wrong_recall_capped": ("recall_over_at_most_k",),
    "precision_recall_at_k__wrong_k_capped": ("precision_over_shown",),
    "precision_recall_at_k__wrong_swapped": ("swapped",),
    "precision_recall_at_k__wrong_different_shown": ("places_of_different_items",),
    "precision_recall_at_k__wrong_nan_when_nothing_shown": ("nothing_shown_is_nan",),
    "precision_recall_at_k__wrong_rounded": ("rounded_to_two_decimals",),
    "ndcg_at_k__wrong_ideal_of_shown": ("ideal_from_what_was_shown",),
    "ndcg_at_k__wrong_ideal_not_cut": ("ideal_not_cut",),
    "ndcg_at_k__wrong_power_of_two": ("gains_as_powers_of_two",),
    "ndcg_at_k__wrong_gains_twice": ("repeats_gain_again",),
    "ndcg_at_k__wrong_places_not_taken": ("repeats_move_up",),
    "ndcg_at_k__wrong_whole_list": ("list_not_cut",),
    "ndcg_at_k__wrong_zero_without_gain": ("nothing_relevant_scores_zero",),
    "ndcg_at_k__wrong_binary": ("gains_all_alike",),
    "ndcg_at_k__wrong_old_discount": ("discount_of_the_first_paper",),
    "ndcg_at_k__wrong_one_over_rank": ("one_over_rank",),
    "ndcg_at_k__wrong_discount_shifted": ("discount_a_place_late",),
    "ndcg_at_k__wrong_ideal_in_dict_order": ("ideal_not_sorted",),
    "ndcg_at_k__wrong_ideal_as_long_as_list": ("ideal_as_long_as_the_list",),
    "kill_ndcg__wrong_only_example": ("accepts_whatever_comes",),
    "kill_ndcg__wrong_perfect_list": ("only_the_missing_division_found",),
    "kill_ndcg__wrong_exact_equality": ("compares_with_equals",),
    "kill_ndcg__wrong_nan_by_equality": ("rejects_whatever_comes",),
    "kill_ndcg__wrong_demands_type_error": ("rejects_whatever_comes",),
    "popularity_topk__wrong_rows": ("purchases_counted",),
    "popularity_topk__wrong_quantity": ("quantities_added",),
    "popularity_topk__wrong_excluded_after_cut": ("cut_before_excluding",),
    "popularity_topk__wrong_higher_number_first": ("equals_in_reverse",),
    "popularity_topk__wrong_ties_by_appearance": ("equals_as_they_come",),
    "popularity_topk__wrong_always_excludes": ("seen_always_excluded",),
    "popularity_topk__wrong_never_excludes": ("seen_never_excluded",),
    "popularity_topk__wrong_without_own_user": ("own_purchases_ignored",),
    "popularity_topk__wrong_cold_gets_nothing": ("newcomer_gets_nothing",),
    "popularity_topk__wrong_padded": ("filled_up_with_seen",),
    "popularity_topk__wrong_returns_counts": ("buyers_returned",),
    "popularity_topk__wrong_nlargest_keep_all": ("more_than_k_when_tied",),
    "paired_bootstrap_ci__wrong_unpaired": ("unpaired_draws",),
    "paired_bootstrap_ci__wrong_spread_of_users": ("spread_of_users",),
    "paired_bootstrap_ci__wrong_ninety": ("ninety_per_cent",),
    "paired_bootstrap_ci__wrong_b_minus_a": ("sign_reversed",),
    "paired_bootstrap_ci__wrong_without_replacement": ("drawn_without_replacement",),
    "paired_bootstrap_ci__wrong_no_seed": ("seed_ignored",),
    "paired_bootstrap_ci__wrong_integer_types": ("difference_in_a_narrow_type",),
    "paired_bootstrap_ci__wrong_median": ("median_of_the_users",),
    "paired_bootstrap_ci__wrong_normal": ("two_standard_errors",),
    "signal_strength__wrong_all_events": ("signals_of_a_session_added",),
    "signal_strength__wrong_kinds_once": ("kinds_added_once_each",),
    "signal_strength__wrong_asof_included": ("day_of_asof_counted",),
    "signal_strength__wrong_whole_half_lives": ("aged_in_whole_half_lives",),
    "signal_strength__wrong_exponential": ("half_life_as_mean_life",),
    "signal_strength__wrong_per_day": ("one_visit_a_day",),
    "signal_strength__wrong_largest_ever": ("strongest_session_only",),
    "signal_strength__wrong_session_shared": ("weight_of_the_whole_session",),
    "signal_strength__wrong_one_item_per_session": ("one_item_of_a_session",),
    "signal_strength__wrong_zeros_kept": ("pairs_of_no_strength_kept",),
    "signal_strength__wrong_index_gaps": ("rows_not_numbered",),
    "signal_strength__wrong_by_strength": ("sorted_by_strength",),
    "signal_strength__wrong_age_from_last_day": ("aged_to_the_last_event",),
    "signal_strength__wrong_last_event_of_session": ("one_event_of_a_session",),
    "signal_strength__wrong_pair_index": ("pairs_in_the_index",),
    "mmr_rerank__wrong_mean": ("mean_similarity",),
    "mmr_rerank__wrong_sum": ("sum_of_similarities",),
    "mmr_rerank__wrong_last_only": ("last_item_only",),
    "mmr_rerank__wrong_first_only": ("first_item_only",),
    "mmr_rerank__wrong_max_from_zero": ("negative_similarity_ignored",),
    "mmr_rerank__wrong_lam_swapped": ("weights_exchanged",),
    "mmr_rerank__wrong_not_rounded": ("compared_to_the_last_digit",),
    "mmr_rerank__wrong_last_of_ties": ("equals_in_any_order",),
    "mmr_rerank__wrong_nan_shown": ("hidden_items_shown",),
    "mmr_rerank__wrong_forbidden_at_the_end": ("hidden_items_shown",),
    "mmr_rerank__wrong_first_by_relevance": ("first_by_relevance_alone",),
    "mmr_rerank__wrong_top_relevance_first": ("most_relevant_reordered",),
    "temporal_split__wrong_cold_order": ("cold_users_as_they_come",),
    "temporal_split__wrong_cold_repeated_once_more": ("cold_users_repeated",),
    "temporal_split__wrong_index_reset_once_more": ("rows_renumbered",),
    "temporal_split__wrong_sorted_by_day_once_more": ("rows_sorted_by_day",),
    "temporal_split__wrong_only_new_pairs": ("known_pairs_dropped",),
    "ndcg_at_k__wrong_best_of_shown": ("ideal_from_what_was_shown",),
    "ndcg_at_k__wrong_best_not_cut": ("ideal_not_cut",),
    "ndcg_at_k__wrong_power_of_two_once_more": ("gains_as_powers_of_two",),
    "ndcg_at_k__wrong_twice": ("repeats_gain_again",),
    "ndcg_at_k__wrong_repeat_takes_no_place": ("repeats_move_up",),
    "ndcg_at_k__wrong_zero_for_nan": ("nothing_relevant_scores_zero",),
    "ndcg_at_k__wrong_list_not_cut": ("list_not_cut",),
    "ndcg_at_k__wrong_binary_once_more": ("gains_all_alike",),
    "ndcg_at_k__wrong_best_as_short_as_list": ("ideal_as_long_as_the_list",),
    "ndcg_at_k__wrong_best_in_order_of_dict": ("ideal_not_sorted",),
    "kill_ndcg__wrong_exact": ("compares_with_equals",),
    "kill_ndcg__wrong_empty_list_nan": ("rejects_whatever_comes",),
    "kill_ndcg__wrong_any": ("accepts_whatever_comes",),
    "popularity_topk__wrong_ties_by_appearance_once_more": ("equals_as_they_come",),
    "popularity_topk__wrong_ties_higher_first": ("equals_in_reverse",),
    "popularity_topk__wrong_cut_before_filter": ("cut_before_excluding",),
    "popularity_topk__wrong_unknown_user": ("newcomer_gets_nothing",),
    "popularity_topk__wrong_ties_kept_all": ("more_than_k_when_tied",),
    "paired_bootstrap_ci__wrong_ninety_once_more": ("ninety_per_cent",),
    "paired_bootstrap_ci__wrong_of_users": ("spread_of_users",),
    "paired_bootstrap_ci__wrong_no_seed_once_more": ("seed_ignored",),
    "paired_bootstrap_ci__wrong_seed_ignored": ("always_the_same_seed",),
    "paired_bootstrap_ci__wrong_own_type": ("difference_in_a_narrow_type",),
    "paired_bootstrap_ci__wrong_without_replacement_once_more": ("drawn_without_replacement",),
    "paired_bootstrap_ci__wrong_n_ignored": ("always_two_thousand_draws",),
    "mmr_rerank__wrong_mean_once_more": ("mean_similarity",),
    "mmr_rerank__wrong_sum_once_more": ("sum_of_similarities",),
    "mmr_rerank__wrong_from_zero": ("negative_similarity_ignored",),
    "mmr_rerank__wrong_last_only_once_more": ("last_item_only",),
    "mmr_rerank__wrong_exact_ties": ("compared_to_the_last_digit",),
    "mmr_rerank__wrong_highest_of_equals": ("equals_in_any_order",),
    "mmr_rerank__wrong_nan_shown_once_more": ("hidden_items_shown",),
    "mmr_rerank__wrong_top_k_first": ("most_relevant_reordered",),
    "temporal_split__wrong_merged": ("rows_renumbered",),
    "temporal_split__wrong_sorted_first": ("rows_sorted_by_day",),
    "temporal_split__wrong_judged_users_only": ("users_who_do_not_return_dropped",),
    "precision_recall_at_k__wrong_repeats_take_no_place": ("repeats_give_up_their_place",),
    "precision_recall_at_k__wrong_repeats_shrink_k": ("places_of_different_items",),
    "precision_recall_at_k__wrong_nothing_shown": ("nothing_shown_is_nan",),
    "precision_recall_at_k__wrong_reachable_recall": ("recall_over_at_most_k",),
    "precision_recall_at_k__wrong_precision_is_number": ("only_recall_is_nan",),
    "precision_recall_at_k__wrong_pages_of_counter": ("repeats_give_up_their_place",),
    "ndcg_at_k__wrong_best_of_shown_length": ("ideal_as_long_as_the_list",),
    "ndcg_at_k__wrong_repeats_move_up": ("repeats_move_up",),
    "ndcg_at_k__wrong_only_neighbours_repeat": ("repeats_gain_again",),
    "ndcg_at_k__wrong_hits_set_the_best": ("ideal_from_what_was_shown",),
    "kill_ndcg__wrong_nan_by_identity": ("rejects_whatever_comes",),
    "kill_ndcg__wrong_last_digits": ("rejects_whatever_comes",),
    "popularity_topk__wrong_cut_before_seen": ("cut_before_excluding",),
    "popularity_topk__wrong_ties_by_appearance_once_more_a_second_time": ("equals_as_they_come",),
    "popularity_topk__wrong_all_equals": ("more_than_k_when_tied",),
    "paired_bootstrap_ci__wrong_unsigned": ("difference_in_a_narrow_type",),
    "paired_bootstrap_ci__wrong_median_of_sample": ("median_of_the_users",),
    "paired_bootstrap_ci__wrong_generator_kept": ("seed_ignored",),
    "paired_bootstrap_ci__wrong_seeds_add_up": ("always_the_same_seed",),
    "signal_strength__wrong_session_as_a_whole": ("weight_of_the_whole_session",),
    "signal_strength__wrong_one_for_each_day": ("one_visit_a_day",),
    "signal_strength__wrong_last_event": ("one_event_of_a_session",),
    "signal_strength__wrong_age_from_last_day_once_more": ("aged_to_the_last_event",),
    "signal_strength__wrong_holes_in_index": ("rows_not_numbered",),
    "mmr_rerank__wrong_maximum_from_zero": ("negative_similarity_ignored",),
    "mmr_rerank__wrong_first_by_relevance_once_more": ("first_by_relevance_alone",),
    "mmr_rerank__wrong_mask_times_similarity": ("negative_similarity_ignored",),
    "mmr_rerank__wrong_last_chosen_only": ("last_item_only",),
    "mmr_rerank__wrong_candidates_first": ("most_relevant_reordered",),
}


# ---- written later, for slips of the second order ----


# ------------------------------------------------------------------ signal_strength


def signal_strength__right_pandas(events, weights, asof, half_life):
    past = events[events["day"] < asof]
    past = past.assign(weight=past["kind"].map(lambda kind: weights.get(kind, 0.0)).astype(float))
    one = past.groupby(["user", "item", "session", "day"], as_index=False)["weight"].max()
    one["strength"] = one["weight"] * 0.5 ** ((asof - one["day"]) / half_life)
    out = one.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].sort_values(["user", "item"]).reset_index(drop=True)


def signal_strength__right_dicts_again(events, weights, asof, half_life):
    best = {}
    for e in events.to_dict("records"):
        if e["day"] < asof:
            key = (e["user"], e["item"], e["session"])
            value = weights.get(e["kind"], 0) * math.exp(
                -math.log(2) * (asof - e["day"]) / half_life
            )
            best[key] = max(best.get(key, 0.0), value)
    total = defaultdict(float)
    for (user, item, _), value in best.items():
        total[user, item] += value
    rows = [(user, item, value) for (user, item), value in sorted(total.items()) if value > 0]
    return pd.DataFrame(rows, columns=["user", "item", "strength"])


def signal_strength__right_drop_duplicates_again(events, weights, asof, half_life):
    table = events.loc[events["day"].lt(asof), ["user", "item", "session", "day", "kind"]].copy()
    table["w"] = [float(weights[k]) if k in weights else 0.0 for k in table["kind"]]
    table = table[table["w"] > 0]
    table = table.sort_values("w", ascending=False).drop_duplicates(["user", "item", "session"])
    table["strength"] = table["w"].to_numpy() * np.exp2(
        -(asof - table["day"].to_numpy()) / half_life
    )
    out = (
        table.pivot_table(index=["user", "item"], values="strength", aggfunc="sum")
        if len(table)
        else None
    )
    if out is None:
        return table[["user", "item", "strength"]].reset_index(drop=True)
    return out.sort_index().reset_index()


def _strength(
    events,
    weights,
    asof,
    half_life,
    keys=("user", "item", "session", "day"),
    how="max",
    past=None,
    decay=None,
    combine="sum",
    order=("user", "item"),
    drop=True,
):
    past = events[events["day"] < asof] if past is None else past
    past = past.assign(weight=[float(weights.get(k, 0.0)) for k in past["kind"]])
    one = past.groupby(list(keys), as_index=False, sort=False)["weight"].agg(how)
    age = asof - one["day"]
    one["strength"] = one["weight"] * (0.5 ** (age / half_life) if decay is None else decay(age))
    out = one.groupby(["user", "item"], as_index=False)["strength"].agg(combine)
    if drop:
        out = out[out["strength"] > 0]
    return out.sort_values(list(order)).reset_index(drop=True)


def signal_strength__wrong_every_event_counts(events, weights, asof, half_life):
    """Adds up all events: a view, a cart and a purchase in one session count three times."""
    return _strength(events, weights, asof, half_life, how="sum")


def signal_strength__wrong_day_instead_of_session(events, weights, asof, half_life):
    """Takes the largest weight of a day: two sessions of one day with the same item count once."""
    return _strength(events, weights, asof, half_life, keys=("user", "item", "day"))


def signal_strength__wrong_strongest_of_the_session(events, weights, asof, half_life):
    """Gives every item of a session the largest weight of the session: an item that was only viewed counts as bought when another one was bought."""
    past = events[events["day"] < asof].copy()
    past["weight"] = past["kind"].map(weights).fillna(0.0).astype(float)
    past["weight"] = past.groupby(["user", "session"])["weight"].transform("max")
    one = past.drop_duplicates(["user", "item", "session"]).copy()
    one["strength"] = one["weight"] * 0.5 ** ((asof - one["day"]) / half_life)
    out = one.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__wrong_last_event_of_the_session(events, weights, asof, half_life):
    """Keeps the last row of each session and item, not the one with the largest weight: wrong when a view stands behind the purchase, as rows come in any order."""
    past = events[events["day"] < asof].drop_duplicates(["user", "item", "session"], keep="last")
    return _strength(events, weights, asof, half_life, past=past)


def signal_strength__wrong_today_counts(events, weights, asof, half_life):
    """Lets events of the day asof count: only days before it do."""
    return _strength(events, weights, asof, half_life, past=events[events["day"] <= asof])


def signal_strength__wrong_whole_half_lives_again(events, weights, asof, half_life):
    """Halves after whole half-lives only: after half of one, the weight must be 0.71 already."""
    return _strength(events, weights, asof, half_life, decay=lambda age: 0.5 ** (age // half_life))


def signal_strength__wrong_falls_to_a_third(events, weights, asof, half_life):
    """Takes exp(-age / half_life): after one half-life 0.37 is left, not a half."""
    return _strength(events, weights, asof, half_life, decay=lambda age: np.exp(-age / half_life))


def signal_strength__wrong_age_from_newest_event(events, weights, asof, half_life):
    """Counts the age from the newest event, not from asof: every strength is too large unless something happened on the day before."""
    newest = events.loc[events["day"] < asof, "day"].max()
    return _strength(
        events,
        weights,
        asof,
        half_life,
        decay=lambda age: 0.5 ** ((age - (asof - newest)) / half_life),
    )


def signal_strength__wrong_best_session_only(events, weights, asof, half_life):
    """Takes the largest session instead of the sum over the sessions."""
    return _strength(events, weights, asof, half_life, combine="max")


def signal_strength__wrong_zero_pairs_kept(events, weights, asof, half_life):
    """Keeps pairs of strength 0: an item with events of unknown kinds or of weight 0 alone must not be in the table."""
    return _strength(events, weights, asof, half_life, drop=False)


def signal_strength__wrong_unknown_kind_raises_again(events, weights, asof, half_life):
    """Looks each kind up with weights[kind]: a kind that is not in it is worth 0, here it raises KeyError."""
    past = events[events["day"] < asof]
    past = past.assign(weight=[float(weights[k]) for k in past["kind"]])
    one = past.groupby(["user", "item", "session", "day"], as_index=False)["weight"].max()
    one["strength"] = one["weight"] * 0.5 ** ((asof - one["day"]) / half_life)
    out = one.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__wrong_numbered_with_gaps(events, weights, asof, half_life):
    """Drops the pairs of strength 0 after the numbering: the index has gaps, not 0, 1, 2."""
    out = _strength(events, weights, asof, half_life, drop=False)
    return out[out["strength"] > 0]


def signal_strength__wrong_sorted_by_strength(events, weights, asof, half_life):
    """Sorts by strength, strongest first, instead of by user and item."""
    out = _strength(events, weights, asof, half_life)
    return out.sort_values("strength", ascending=False, kind="stable").reset_index(drop=True)


def signal_strength__wrong_column_added_to_events(events, weights, asof, half_life):
    """Adds its weight column to the caller's events: they must be left as they are."""
    events["weight"] = events["kind"].map(weights).fillna(0.0)
    past = events[events["day"] < asof]
    one = past.groupby(["user", "item", "session", "day"], as_index=False)["weight"].max()
    one["strength"] = one["weight"] * 0.5 ** ((asof - one["day"]) / half_life)
    out = one.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


# ------------------------------------------------------------------ precision_recall_at_k


def precision_recall_at_k__right_sets_again(ranked, relevant, k):
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__right_loop_again(ranked, relevant, k):
    different = []
    for item in relevant:
        if item not in different:
            different.append(item)
    found = []
    for place, item in enumerate(ranked):
        if place == k:
            break
        if item in different and item not in found:
            found.append(item)
    if len(different) == 0:
        return float("nan"), float("nan")
    return len(found) / k, len(found) / len(different)


def precision_recall_at_k__right_pandas(ranked, relevant, k):
    wanted = pd.Series(list(relevant), dtype=object).drop_duplicates()
    shown = pd.Series(list(ranked)[:k], dtype=object).drop_duplicates()
    hits = int(wanted.isin(shown).sum())
    recall = hits / len(wanted) if len(wanted) else np.nan
    return (hits / k if len(wanted) else np.nan), recall


def precision_recall_at_k__wrong_over_shown_again(ranked, relevant, k):
    """Divides by the number of items shown: an empty place is no hit, so with three items in five places the precision is at most 3/5."""
    wanted = set(relevant)
    shown = ranked[:k]
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(shown))
    return (hits / len(shown) if shown else 0.0), hits / len(wanted)


def precision_recall_at_k__wrong_repeat_is_two_hits(ranked, relevant, k):
    """Counts an item that is shown twice as two hits: recall can exceed 1."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = sum(item in wanted for item in ranked[:k])
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_repeat_takes_no_place(ranked, relevant, k):
    """Removes repeated items before it cuts at k: an item shown twice takes two places, and what stands behind it moves up wrongly."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    shown = list(dict.fromkeys(ranked))[:k]
    hits = len(wanted & set(shown))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_relevant_counted_as_listed(ranked, relevant, k):
    """Divides by the length of the list of relevant items: an item listed twice counts once."""
    if not relevant:
        return math.nan, math.nan
    hits = len(set(relevant) & set(ranked[:k]))
    return hits / k, hits / len(relevant)


def precision_recall_at_k__wrong_hits_counted_by_relevant(ranked, relevant, k):
    """Counts hits over the list of relevant items: a hit that is listed twice as relevant counts twice."""
    if not relevant:
        return math.nan, math.nan
    hits = sum(item in ranked[:k] for item in relevant)
    return hits / k, hits / len(set(relevant))


def precision_recall_at_k__wrong_precision_zero_without_relevant(ranked, relevant, k):
    """Returns precision 0 and recall NaN when nothing is relevant: both must be NaN."""
    wanted = set(relevant)
    hits = len(wanted & set(ranked[:k]))
    return hits / k, (hits / len(wanted) if wanted else math.nan)


def precision_recall_at_k__wrong_nan_when_nothing_shown_again(ranked, relevant, k):
    """Returns NaN for an empty list: nothing shown is no hit, so both are 0."""
    wanted = set(relevant)
    if not wanted or not ranked:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_recall_of_the_best_possible(ranked, relevant, k):
    """Divides recall by the smaller of k and the number of relevant items: with more relevant items than places it is too large."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / min(k, len(wanted))


def precision_recall_at_k__wrong_recall_of_the_whole_list(ranked, relevant, k):
    """Counts the hits of the whole list for recall: only the first k places count."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    return len(wanted & set(ranked[:k])) / k, len(wanted & set(ranked)) / len(wanted)


def precision_recall_at_k__wrong_k_shortened(ranked, relevant, k):
    """Shortens k to the number of different relevant items first: with one relevant item in place 2 of 3 nothing is found."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    k = min(k, len(wanted))
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_zero_without_relevant(ranked, relevant, k):
    """Returns 0 and 0 when nothing is relevant: such a user cannot be judged, and 0 would lower the mean."""
    wanted = set(relevant)
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / max(len(wanted), 1)


TRUE |= {
    "mmr_rerank__wrong_forbidden_rows_spread": ("negative_similarity_ignored",),
    "signal_strength__wrong_every_event_counts": ("signals_of_a_session_added",),
    "signal_strength__wrong_day_instead_of_session": ("one_visit_a_day",),
    "signal_strength__wrong_strongest_of_the_session": ("weight_of_the_whole_session",),
    "signal_strength__wrong_last_event_of_the_session": ("one_event_of_a_session",),
    "signal_strength__wrong_today_counts": ("day_of_asof_counted",),
    "signal_strength__wrong_whole_half_lives_again": ("aged_in_whole_half_lives",),
    "signal_strength__wrong_falls_to_a_third": ("half_life_as_mean_life",),
    "signal_strength__wrong_age_from_newest_event": ("aged_to_the_last_event",),
    "signal_strength__wrong_best_session_only": ("strongest_session_only",),
    "signal_strength__wrong_zero_pairs_kept": ("pairs_of_no_strength_kept",),
    "signal_strength__wrong_numbered_with_gaps": ("rows_not_numbered",),
    "signal_strength__wrong_sorted_by_strength": ("sorted_by_strength",),
    "precision_recall_at_k__wrong_over_shown_again": ("precision_over_shown",),
    "precision_recall_at_k__wrong_repeat_is_two_hits": ("repeats_are_hits",),
    "precision_recall_at_k__wrong_repeat_takes_no_place": ("repeats_give_up_their_place",),
    "precision_recall_at_k__wrong_relevant_counted_as_listed": ("relevant_counted_with_repeats",),
    "precision_recall_at_k__wrong_precision_zero_without_relevant": ("only_recall_is_nan",),
    "precision_recall_at_k__wrong_nan_when_nothing_shown_again": ("nothing_shown_is_nan",),
    "precision_recall_at_k__wrong_recall_of_the_best_possible": ("recall_over_at_most_k",),
    "precision_recall_at_k__wrong_zero_without_relevant": ("zero_when_nothing_relevant",),
}


def _evaluate(events, cutoff, k, defect=None):
    late = cutoff + 1 if defect == "cutoff_day_in_training" else cutoff
    past = [e for e in events if e[2] < late]
    future = [e for e in events if e[2] >= late]
    base = events if defect == "future_in_popularity" else past
    pairs = [e[:2] for e in base]
    if defect != "lines_instead_of_users":
        pairs = set(pairs)
    count = Counter(item for _, item in pairs)
    scores = []
    for user in sorted({e[0] for e in future}):
        owned = {i for u, i, _ in past if u == user}
        if not owned:
            if defect == "cold_users_score_zero":
                scores.append(0.0)
            continue
        bought = {i for u, i, _ in future if u == user}
        new, hidden = bought - owned, owned
        if defect == "seen_items_count":
            new, hidden = bought, set()
        if not new:
            continue
        shown = sorted((i for i in count if i not in hidden), key=lambda i: (-count[i], i))[:k]
        scores.append(len(new & set(shown)) / (k if defect == "divided_by_k" else len(new)))
    return sum(scores) / len(scores) if scores else math.nan


def _differ(x, y):
    return not (x == y or (math.isnan(x) and math.isnan(y)))


_PAST_eleventh = [(1, "A", 1), (2, "B", 1), (3, "B", 1), (2, "C", 1)]


_SHOWS = {
    "future_in_popularity": (
        [*_PAST_eleventh, (1, "B", 5), (4, "C", 5), (5, "C", 6), (6, "C", 6)],
        5,
        1,
    ),
    "cutoff_day_in_training": ([*_PAST_eleventh, (1, "B", 5)], 5, 1),
    "seen_items_count": ([*_PAST_eleventh, (1, "B", 5), (1, "A", 6)], 5, 1),
    "lines_instead_of_users": ([*_PAST_eleventh, (2, "C", 2), (2, "C", 3), (1, "B", 5)], 5, 1),
    "divided_by_k": ([*_PAST_eleventh, (1, "B", 5)], 5, 2),
    "cold_users_score_zero": ([*_PAST_eleventh, (1, "B", 5), (9, "C", 5)], 5, 1),
}


def break_evaluation__right_one_case_each(defect):
    """One judged user, one case for each defect."""
    events, cutoff, k = _SHOWS[defect]
    return list(events), cutoff, k


def break_evaluation__right_nobody_left(defect):
    """Negative days; for the cutoff day and for cold users one of the two results is NaN."""
    if defect == "cutoff_day_in_training":
        return [(-1, "A", -9), (-2, "B", -9), (-1, "B", -3)], -3, 1
    if defect == "cold_users_score_zero":
        return [(7, "A", -4)], -4, 3
    events, cutoff, k = _SHOWS[defect]
    return [(-user, item, day - 100) for user, item, day in reversed(events)], cutoff - 100, k


def break_evaluation__right_searched(defect):
    """Draws purchases until a simulation of the defect gives another number."""
    rng = random.Random(17)
    while True:
        n = rng.randint(3, 12)
        events = [(rng.randint(1, 4), rng.choice("ABCD"), rng.randint(1, 6)) for _ in range(n)]
        k = rng.randint(1, 2)
        if _differ(_evaluate(events, 4, k), _evaluate(events, 4, k, defect)):
            return events, 4, k


def _shows_but(defect, name, events, k=1, cutoff=5):
    return (events, cutoff, k) if defect == name else break_evaluation__right_one_case_each(defect)


def break_evaluation__wrong_future_of_same_user(defect):
    """future_in_popularity: the later purchases of C are of user 2, who has C already: no new user counts."""
    events = [*_PAST_eleventh, (1, "B", 5), (2, "C", 5), (2, "C", 6)]
    return _shows_but(defect, "future_in_popularity", events)


def break_evaluation__wrong_tie_by_alphabet(defect):
    """lines_instead_of_users: two lines of C against two users of B is a tie, and B is first by alphabet."""
    return _shows_but(defect, "lines_instead_of_users", [*_PAST_eleventh, (2, "C", 2), (1, "B", 5)])


def break_evaluation__wrong_as_many_new_as_places(defect):
    """divided_by_k: with two new items and k = 2 both divisors are 2."""
    return _shows_but(defect, "divided_by_k", [*_PAST_eleventh, (1, "B", 5), (1, "D", 5)], 2)


def break_evaluation__wrong_no_hit_to_divide(defect):
    """divided_by_k: the only new item is not in the list, and 0 / 1 is 0 / 2."""
    return _shows_but(defect, "divided_by_k", [*_PAST_eleventh, (1, "D", 5)], 2)


def break_evaluation__wrong_everything_shown(defect):
    """seen_items_count: k = 3 shows the whole shop, so she scores 1 / 1 and 2 / 2."""
    return _shows_but(defect, "seen_items_count", [*_PAST_eleventh, (1, "B", 5), (1, "A", 6)], 3)


def break_evaluation__wrong_zero_beside_zero(defect):
    """cold_users_score_zero: the judged user scores 0 herself, so one more 0 does not change the mean."""
    return _shows_but(defect, "cold_users_score_zero", [*_PAST_eleventh, (1, "C", 5), (9, "C", 5)])


def break_evaluation__wrong_cutoff_as_last_past_day(defect):
    """cutoff_day_in_training: takes cutoff for the last day of the past; nothing happens on day 4."""
    return _shows_but(defect, "cutoff_day_in_training", [*_PAST_eleventh, (1, "B", 5)], 1, 4)


def break_evaluation__wrong_early_bird_is_not_cold(defect):
    """cold_users_score_zero: the 'cold' user bought on the day before the cutoff, and has nothing new."""
    return _shows_but(
        defect, "cold_users_score_zero", [*_PAST_eleventh, (1, "B", 5), (9, "C", 4), (9, "C", 5)]
    )


def break_evaluation__wrong_thirteen_purchases(defect):
    """future_in_popularity: shows the defect, but with 13 purchases."""
    events = [*_PAST_eleventh, (1, "B", 5), *[(user, "C", 5) for user in range(10, 18)]]
    return _shows_but(defect, "future_in_popularity", events)


def temporal_split__right_masks_eleventh(events, cutoff):
    """Two masks."""
    past = events["day"] < cutoff
    warm = events["user"].isin(events.loc[past, "user"])
    return (
        events[past],
        events[~past & warm],
        sorted(events.loc[~past & ~warm, "user"].unique().tolist()),
    )


def temporal_split__right_first_day_eleventh(events, cutoff):
    """The first day of each user decides; a tuple of cold users."""
    first = events.groupby("user")["day"].transform("min")
    late = events["day"] >= cutoff
    cold = np.unique(events["user"].to_numpy()[(first >= cutoff).to_numpy()])
    return events[events["day"] < cutoff], events[late & (first < cutoff)], tuple(cold.tolist())


def temporal_split__right_positions_eleventh(events, cutoff):
    """Loops over rows, and takes them by position."""
    users, days = events["user"].tolist(), events["day"].tolist()
    train = [i for i, d in enumerate(days) if d < cutoff]
    known = {users[i] for i in train}
    later = [i for i, d in enumerate(days) if not d < cutoff]
    test = [i for i in later if users[i] in known]
    cold = sorted({users[i] for i in later} - known)
    return events.iloc[train].copy(), events.iloc[test].copy(), np.array(cold, dtype=int)


def temporal_split__wrong_sort_index_restores(events, cutoff):
    """Sorts by day, cuts, and sorts the index: another order of rows for the index [2, 0, 1]."""
    by_day = events.sort_values("day", kind="stable")
    cut = by_day["day"].searchsorted(cutoff)
    train, rest = by_day.iloc[:cut].sort_index(), by_day.iloc[cut:].sort_index()
    warm = rest["user"].isin(train["user"])
    return train, rest[warm], sorted(rest.loc[~warm, "user"].unique().tolist())


def temporal_split__wrong_train_of_judged_users(events, cutoff):
    """Leaves users out of train who do not come back: users 1 and 2 before, only 1 after."""
    train, test, cold = temporal_split__right_masks_eleventh(events, cutoff)
    return train[train["user"].isin(test["user"])], test, cold


def temporal_split__wrong_repeats_left_out(events, cutoff):
    """Leaves pairs of user and item out of the test that are in train: (1, a) bought again."""
    train, test, cold = temporal_split__right_masks_eleventh(events, cutoff)
    seen = pd.MultiIndex.from_frame(train[["user", "item"]])
    return train, test[~pd.MultiIndex.from_frame(test[["user", "item"]]).isin(seen)], cold


def temporal_split__wrong_equal_rows_once(events, cutoff):
    """Drops duplicates first: the same user, item and day twice are two purchases."""
    return temporal_split__right_masks_eleventh(events.drop_duplicates(), cutoff)


def temporal_split__wrong_first_row_of_user_eleventh(events, cutoff):
    """Takes the first row of a user for her first day: wrong if the later purchase stands first."""
    first = events["user"].map(events.drop_duplicates("user").set_index("user")["day"])
    late = events["day"] >= cutoff
    cold = sorted(events.loc[late & (first >= cutoff), "user"].unique().tolist())
    return events[~late], events[late & (first < cutoff)], cold


def temporal_split__wrong_set_xor(events, cutoff):
    """The cold users by setxor1d: a user who only occurs before the cutoff is in it too."""
    train, test, _ = temporal_split__right_masks_eleventh(events, cutoff)
    late = events.loc[events["day"] >= cutoff, "user"]
    return train, test, np.setxor1d(train["user"].unique(), late.unique()).tolist()


def temporal_split__wrong_merge_for_warm(events, cutoff):
    """merge with the users of train: the test has a new index from 0."""
    train, _, cold = temporal_split__right_masks_eleventh(events, cutoff)
    return (
        train,
        events[events["day"] >= cutoff].merge(train[["user"]].drop_duplicates(), on="user"),
        cold,
    )


def precision_recall_at_k__right_sets_eleventh(ranked, relevant, k):
    """Two sets."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__right_loop_eleventh(ranked, relevant, k):
    """A loop over places that ticks wanted items off; exact fractions until the end."""
    wanted = dict.fromkeys(relevant, False)
    hits = 0
    for place, item in enumerate(ranked):
        if place >= k:
            break
        if wanted.get(item) is False:
            wanted[item] = True
            hits += 1
    if not wanted:
        return (float("nan"),) * 2
    return float(Fraction(hits, k)), float(Fraction(hits, len(wanted)))


def precision_recall_at_k__right_first_places(ranked, relevant, k):
    """The first place of each wanted item, and the mean of 'is it before k'."""
    place = {}
    for j, item in enumerate(ranked):
        place.setdefault(item, j)
    found = np.array(
        [place.get(item, math.inf) < k for item in dict.fromkeys(relevant)], dtype=float
    )
    if found.size == 0:
        return np.nan, np.nan
    return float(found.sum() / k), float(found.mean())


def precision_recall_at_k__wrong_unique_then_cut(ranked, relevant, k):
    """Removes repeated items before it cuts: ['a', 'a', 'b'] with k=2 finds b."""
    return precision_recall_at_k__right_sets_eleventh(list(dict.fromkeys(ranked)), relevant, k)


def precision_recall_at_k__wrong_recall_capped_eleventh(ranked, relevant, k):
    """Divides recall by at most k, the hits that were possible: 3 relevant, k=1."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / min(len(wanted), k)


def precision_recall_at_k__wrong_precision_zero(ranked, relevant, k):
    """Nothing relevant: only recall is NaN, precision is 0 / k."""
    wanted = set(relevant)
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted) if wanted else math.nan


def precision_recall_at_k__wrong_relevant_cut(ranked, relevant, k):
    """Cuts both lists at k: relevant ['a', 'b'] with k=1 forgets b."""
    return precision_recall_at_k__right_sets_eleventh(ranked, relevant[:k], k)


def precision_recall_at_k__wrong_falsy_items(ranked, relevant, k):
    """Takes falsy items for empty places: item 0 (or '') is never a hit."""
    return precision_recall_at_k__right_sets_eleventh(
        [item or object() for item in ranked[:k]], relevant, k
    )


def precision_recall_at_k__wrong_nan_without_hit(ranked, relevant, k):
    """NaN when there is no hit: ranked ['a'], relevant ['b'] is (0, 0)."""
    precision, recall = precision_recall_at_k__right_sets_eleventh(ranked, relevant, k)
    return (precision, recall) if precision > 0 else (math.nan, math.nan)


def precision_recall_at_k__wrong_nothing_shown_nan(ranked, relevant, k):
    """NaN for an empty list: ranked [], relevant ['b'] is (0, 0)."""
    if not ranked:
        return math.nan, math.nan
    return precision_recall_at_k__right_sets_eleventh(ranked, relevant, k)


def precision_recall_at_k__wrong_repeats_free_places(ranked, relevant, k):
    """A repeated item takes one place only in the divisor: ['a', 'a'] with k=2 has precision 1."""
    wanted, top = set(relevant), ranked[:k]
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(top))
    return hits / (k - len(top) + len(set(top))), hits / len(wanted)


def precision_recall_at_k__wrong_reachable_only(ranked, relevant, k):
    """Divides recall by the relevant items that the ranker knows: one not in ranked does not count."""
    if not relevant:
        return math.nan, math.nan
    reachable = set(relevant) & set(ranked)
    hits = len(reachable & set(ranked[:k]))
    return hits / k, hits / len(reachable) if reachable else 0.0


def _dcg_eleventh(gains):
    return math.fsum(g / math.log2(j) for j, g in enumerate(gains, start=2))


def _shown_gains_eleventh(ranked, gain, k):
    seen, out = set(), []
    for item in ranked[:k]:
        out.append(0.0 if item in seen else gain.get(item, 0))
        seen.add(item)
    return out


def ndcg_at_k__right_two_sums_eleventh(ranked, gain, k):
    """One sum, used twice."""
    best = _dcg_eleventh(sorted(gain.values(), reverse=True)[:k])
    return _dcg_eleventh(_shown_gains_eleventh(ranked, gain, k)) / best if best > 0 else math.nan


def ndcg_at_k__right_numpy_natural_log(ranked, gain, k):
    """numpy, natural logarithms (the base cancels), first place of each relevant item."""
    g = np.array([float(v) for v in gain.values()])
    if not g.size or not g.max() > 0:
        return np.nan
    top = list(ranked[:k])
    place = np.array([top.index(item) if item in top else -1 for item in gain])
    dcg = np.where(
        place >= 0, g / np.log(place + 2.0, where=place >= 0, out=np.ones(len(g))), 0
    ).sum()
    best = -np.sort(-g)[:k]
    return float(dcg / (best / np.log(np.arange(2, len(best) + 2))).sum())


def ndcg_at_k__right_pop_copy(ranked, gain, k):
    """Pops each gain from a copy, so the second time it is worth nothing; heapq for the best list."""
    left = dict(gain)
    top = heapq.nlargest(k, left.values())
    ideal = sum(g / math.log10(j + 2) for j, g in enumerate(top))
    if not ideal:
        return float("nan")
    total = 0.0
    for j in range(min(k, len(ranked)), 0, -1):
        first = ranked.index(ranked[j - 1]) == j - 1
        total += left.pop(ranked[j - 1], 0) / math.log10(j + 1) if first else 0.0
    return total / ideal


def ndcg_at_k__wrong_last_place_of_item(ranked, gain, k):
    """A dict from item to place keeps the last place: ['b', 'b'] gains at place 2."""
    place = {item: j for j, item in enumerate(ranked[:k], start=1)}
    best = _dcg_eleventh(sorted(gain.values(), reverse=True)[:k])
    if not best > 0:
        return math.nan
    return math.fsum(g / math.log2(place[i] + 1) for i, g in gain.items() if i in place) / best


def ndcg_at_k__wrong_places_close_up(ranked, gain, k):
    """Cuts at k, then removes repeats: in ['a', 'a', 'b'] b moves up to place 2."""
    return ndcg_at_k__right_two_sums_eleventh(list(dict.fromkeys(ranked[:k])), gain, k)


def ndcg_at_k__wrong_best_as_long_as_shown(ranked, gain, k):
    """The best list is cut at the number of shown items: ['a'] of two relevant with k=2 scores 1."""
    best = _dcg_eleventh(sorted(gain.values(), reverse=True)[: min(k, len(ranked))])
    if not any(gain.values()):
        return math.nan
    return _dcg_eleventh(_shown_gains_eleventh(ranked, gain, k)) / best if best else 0.0


def ndcg_at_k__wrong_rest_fills_places(ranked, gain, k):
    """As with a score for every item, those not shown follow at the end: ['a'] with k=2 gains b at place 2."""
    return ndcg_at_k__right_two_sums_eleventh(
        list(ranked) + [i for i in gain if i not in ranked], gain, k
    )


def ndcg_at_k__wrong_nan_without_hit_eleventh(ranked, gain, k):
    """NaN when no shown item has a gain: ['a'], {'b': 1} is 0."""
    value = ndcg_at_k__right_two_sums_eleventh(ranked, gain, k)
    return value or math.nan


def ndcg_at_k__wrong_whole_gains_eleventh(ranked, gain, k):
    """An array of whole numbers for the places: a gain of 0.5 or 2.5 loses its fraction."""
    shown = np.zeros(k, dtype=int)
    for j, g in enumerate(_shown_gains_eleventh(ranked, gain, k)):
        shown[j] = g
    best = _dcg_eleventh(sorted(gain.values(), reverse=True)[:k])
    return _dcg_eleventh(shown.tolist()) / best if best > 0 else math.nan


def ndcg_at_k__wrong_small_is_nothing(ranked, gain, k):
    """A best list below 1e-9 is taken for nothing: {'b': 1e-12} is NaN."""
    return (
        ndcg_at_k__right_two_sums_eleventh(ranked, gain, k)
        if sum(gain.values()) > 1e-9
        else math.nan
    )


def ndcg_at_k__wrong_repeats_in_best(ranked, gain, k):
    """The best list is made of the shown gains and the rest: ['b', 'b'] has the gain of b twice in it."""
    pool = [gain.get(i, 0) for i in ranked] + [g for i, g in gain.items() if i not in ranked]
    best = _dcg_eleventh(sorted(pool, reverse=True)[:k])
    return _dcg_eleventh(_shown_gains_eleventh(ranked, gain, k)) / best if best > 0 else math.nan


def ndcg_at_k__wrong_unique_then_cut(ranked, gain, k):
    """Removes repeats before the cut, so an item behind place k moves in: ['a', 'a', 'b'] with k=2 finds b."""
    return ndcg_at_k__right_two_sums_eleventh(list(dict.fromkeys(ranked)), gain, k)


_NDCG_CASES_eleventh = [
    (["a", "b"], {"b": 1}, 2),
    (["a", "b", "c", "d"], {"a": 1, "b": 3, "c": 0.5, "e": 2}, 3),
    (["b", "b", "a"], {"a": 2, "b": 1, "c": 4}, 3),
    (["b", "a", "b"], {"a": 2, "b": 1}, 2),
    (["b", "b"], {"b": 3, "a": 1}, 2),
    (["a", "x", "b"], {"a": 2, "b": 1}, 3),
    (["a"], {"a": 1, "b": 1}, 2),
    (["a"], {"a": 1, "b": 2}, 5),
    ([], {"a": 1}, 3),
    (["x"], {"a": 1}, 1),
    (["a"], {}, 1),
    ([], {}, 4),
    (["a", "b"], {"a": 0, "b": 0.0}, 2),
    (["a", "b", "c"], {"a": 0, "b": 5, "c": 0.25, "d": 5}, 10),
    (list("abcdefghij"), {c: j + 0.5 for j, c in enumerate("jihgfedcbalmn")}, 4),
    (list("abcdefghijklmnop"), {"p": 1, "o": 2, "q": 7}, 16),
    ([3, 0, -1, 3, 7], {0: 2.5, -1: 1, 7: 4, 9: 9}, 5),
    (["a", "x", "b"], {"b": 1e-12, "a": 3e-12}, 3),
]


def kill_ndcg__right_compare(fn):
    """Compares with own sums by a tolerance; checks that the arguments are unchanged."""
    for ranked, gain, k in _NDCG_CASES_eleventh:
        want = ndcg_at_k__right_two_sums_eleventh(ranked, gain, k)
        shown, worth = list(ranked), dict(gain)
        got = fn(shown, worth, k)
        if shown != ranked or worth != gain or list(worth) != list(gain):
            return False
        if math.isnan(want) != math.isnan(got) or (not math.isnan(want) and abs(got - want) > 1e-9):
            return False
    return True


def kill_ndcg__right_random_eleventh(fn):
    """Random lists with a seed, numpy's isclose with equal_nan."""
    rng = random.Random(2)
    ok = True
    for _ in range(200):
        ranked = [rng.choice("abcdefgh") for _ in range(rng.randint(0, 7))]
        gain = {
            i: rng.choice([0, 0.5, 1, 2.25, 6]) for i in rng.sample("abcdefghij", rng.randint(0, 6))
        }
        k = rng.randint(1, 8)
        shown, worth = ranked.copy(), gain.copy()
        ok &= bool(
            np.isclose(
                fn(shown, worth, k),
                ndcg_at_k__right_numpy_natural_log(ranked, gain, k),
                equal_nan=True,
            )
        )
        ok &= shown == ranked and worth == gain
    ok &= abs(fn(["x", "t"], {"t": 1e-12}, 2) - 1 / math.log2(3)) < 1e-9
    return ok


def kill_ndcg__right_asserts(fn):
    """Hand-made numbers and asserts in a try."""
    log = math.log2

    def near(got, want):
        assert abs(float(got) - want) < 1e-8

    gain = {"a": 3, "b": 1, "c": 0.5}
    try:
        near(fn(["b", "x", "a"], gain, 2), 1 / (3 + 1 / log(3)))
        near(fn(["b", "x", "a"], gain, 3), (1 + 3 / 2) / (3 + 1 / log(3) + 0.25))
        near(fn(["b", "b", "a", "c"], gain, 3), (1 + 3 / 2) / (3 + 1 / log(3) + 0.25))
        near(fn(["b", "b", "a", "c"], gain, 2), 1 / (3 + 1 / log(3)))
        near(fn(["a", "a"], gain, 2), 3 / (3 + 1 / log(3)))
        near(fn(["b", "a", "b"], gain, 2), (1 + 3 / log(3)) / (3 + 1 / log(3)))
        near(fn(["a"], gain, 3), 3 / (3 + 1 / log(3) + 0.25))
        near(fn(["c"], gain, 10), 0.5 / (3 + 1 / log(3) + 0.25))
        near(fn([], gain, 2), 0.0)
        near(fn(["z"], gain, 2), 0.0)
        near(fn(["x"] * 9 + ["q"], {"q": 4e-12}, 10), 1 / log(11))
        assert gain == {"a": 3, "b": 1, "c": 0.5}
        shown = ["a", "b", "a"]
        fn(shown, gain, 2)
        assert shown == ["a", "b", "a"]
        assert all(
            fn(r, g, 2) != fn(r, g, 2) for r, g in ((["a"], {}), (["a"], {"a": 0}), ([], {}))
        )
    except Exception:
        return False
    return True


def kill_ndcg__wrong_exact_equality_eleventh(fn):
    """Compares by ==: refuses a right answer that adds in another order or uses another base."""
    for ranked, gain, k in _NDCG_CASES_eleventh:
        want = ndcg_at_k__right_two_sums_eleventh(ranked, gain, k)
        got = fn(list(ranked), dict(gain), k)
        if not (got == want or (math.isnan(want) and math.isnan(got))):
            return False
    return True


def kill_ndcg__wrong_nan_by_identity_eleventh(fn):
    """Asks `got is math.nan`: refuses a right answer that returns float('nan') or numpy's."""
    for ranked, gain, k in _NDCG_CASES_eleventh:
        want = ndcg_at_k__right_two_sums_eleventh(ranked, gain, k)
        got = fn(list(ranked), dict(gain), k)
        if want is math.nan:
            if got is not math.nan:
                return False
        elif not abs(got - want) < 1e-9:
            return False
    return True


def kill_ndcg__wrong_binary_gains_eleventh(fn):
    """All gains are 1, each item once: misses powers of 2, 'is relevant', fractions cut off, repeats."""
    for ranked, wanted, k in (
        ("abcd", "bd", 3),
        ("ab", "xyab", 2),
        ("abc", "cxyz", 5),
        ("", "a", 2),
    ):
        gain = dict.fromkeys(wanted, 1)
        if not math.isclose(
            fn(list(ranked), gain, k),
            ndcg_at_k__right_two_sums_eleventh(list(ranked), gain, k),
            abs_tol=1e-9,
        ):
            return False
    return math.isnan(fn(["a"], {}, 1))


def kill_ndcg__wrong_exact_type(fn):
    """Asks `type(got) is float`: refuses a right answer that returns a numpy float (a subclass of float)."""
    for ranked, gain, k in _NDCG_CASES_eleventh:
        got = fn(list(ranked), dict(gain), k)
        if type(got) is not float:
            return False
        if not np.isclose(got, ndcg_at_k__right_two_sums_eleventh(ranked, gain, k), equal_nan=True):
            return False
    return True


def kill_ndcg__wrong_properties_only_eleventh(fn):
    """1 for the best list, 0 without a hit, less for a list turned round: any discount and any gain pass."""
    gain = {"a": 4, "b": 2, "c": 1}
    best, turned = fn(["a", "b", "c"], gain, 3), fn(["c", "b", "a"], gain, 3)
    return bool(abs(best - 1) < 1e-9 and 0 < turned < best and fn(["x"], gain, 3) == 0)


def kill_ndcg__wrong_perfect_lists_eleventh(fn):
    """Each list is the best one of its gains, and as long as k: nearly all wrong formulas give 1."""
    for gain in ({"a": 1}, {"a": 3, "b": 2}, {"a": 5, "b": 2.5, "c": 1}):
        if abs(fn(list(gain), dict(gain), len(gain)) - 1) > 1e-9:
            return False
    return abs(fn(["a", "b"], {"b": 1}, 2) - 1 / math.log2(3)) < 1e-9


def kill_ndcg__wrong_any_case(fn):
    """any() for all(): one case that agrees is enough to accept; only a constant is rejected."""
    some = [c for c in _NDCG_CASES_eleventh if 0 < ndcg_at_k__right_two_sums_eleventh(*c) < 1]
    return any(
        abs(fn(list(r), dict(g), k) - ndcg_at_k__right_two_sums_eleventh(r, g, k)) < 1e-9
        for r, g, k in some
    )


def popularity_topk__right_nunique_eleventh(train, user, k, exclude_seen=True):
    """nunique by item, a stable sort of counts that are in the order of items."""
    counts = train.groupby("item")["user"].nunique()
    if exclude_seen:
        counts = counts.drop(train.loc[train["user"] == user, "item"].unique())
    return counts.sort_values(ascending=False, kind="stable").index[:k].tolist()


def popularity_topk__right_sets_eleventh(train, user, k, exclude_seen=True):
    """A set of users for each item, and heapq with a pair as key."""
    buyers = defaultdict(set)
    for who, item in zip(train["user"].tolist(), train["item"].tolist(), strict=True):
        buyers[item].add(who)
    offered = [i for i, who in buyers.items() if not (exclude_seen and user in who)]
    return heapq.nsmallest(k, offered, key=lambda i: (-len(buyers[i]), i))


def popularity_topk__right_lexsort_eleventh(train, user, k, exclude_seen=True):
    """Unique pairs as one numpy array, and lexsort by count and number."""
    pairs = np.unique(train[["user", "item"]].to_numpy(dtype="int64").reshape(-1, 2), axis=0)
    items, counts = np.unique(pairs[:, 1], return_counts=True)
    order = items[np.lexsort((items, -counts))]
    if exclude_seen:
        order = order[~np.isin(order, pairs[pairs[:, 0] == user, 1])]
    return [int(i) for i in order[:k]]


def popularity_topk__wrong_order_of_set(train, user, k, exclude_seen=True):
    """Ties in the order of a set, which is ascending for small numbers only: items 8, 16 or -1, -2 come turned round."""
    pairs = set(zip(train["user"].tolist(), train["item"].tolist(), strict=True))
    n = Counter(item for _, item in pairs)
    mine = {item for who, item in pairs if who == user} if exclude_seen else set()
    return sorted({item for _, item in pairs} - mine, key=lambda i: -n[i])[:k]


def popularity_topk__wrong_one_number_key(train, user, k, exclude_seen=True):
    """One key, count - item / 1e6: with item numbers of millions the number beats the count."""
    counts = train.drop_duplicates(["user", "item"])["item"].value_counts()
    if exclude_seen:
        counts = counts[~counts.index.isin(train.loc[train["user"] == user, "item"])]
    key = counts - counts.index.to_numpy() / 1e6
    return key.sort_values(ascending=False).index[:k].tolist()


def popularity_topk__wrong_unstable_sort_eleventh(train, user, k, exclude_seen=True):
    """argsort of -counts with the default quicksort: ties are mixed once there are more than 16 items."""
    counts = train.groupby("item")["user"].nunique()
    if exclude_seen:
        counts = counts[~counts.index.isin(train.loc[train["user"] == user, "item"])]
    return counts.index[np.argsort(-counts.to_numpy())][:k].tolist()


def popularity_topk__wrong_drops_in_place(train, user, k, exclude_seen=True):
    """drop_duplicates(inplace=True) on the argument: train loses its repeated purchases."""
    train.drop_duplicates(["user", "item"], inplace=True)
    return popularity_topk__right_nunique_eleventh(train, user, k, exclude_seen)


def popularity_topk__wrong_stranger_gets_none(train, user, k, exclude_seen=True):
    """A user who is not in train gets an empty list, not the most popular items."""
    if user not in train["user"].to_numpy():
        return []
    return popularity_topk__right_nunique_eleventh(train, user, k, exclude_seen)


def popularity_topk__wrong_first_seen_first(train, user, k, exclude_seen=True):
    """Counter.most_common: items with equal counts in the order of their rows."""
    pairs = dict.fromkeys(zip(train["user"].tolist(), train["item"].tolist(), strict=True))
    mine = {item for who, item in pairs if who == user} if exclude_seen else set()
    return [i for i, _ in Counter(item for _, item in pairs if item not in mine).most_common(k)]


def popularity_topk__wrong_twice_k_then_filter(train, user, k, exclude_seen=True):
    """Takes 2k items and filters them: a user who has more than k of them gets too few."""
    top = popularity_topk__right_nunique_eleventh(train, user, 2 * k if exclude_seen else k, False)
    mine = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [i for i in top if i not in mine][:k]


def popularity_topk__wrong_ties_kept(train, user, k, exclude_seen=True):
    """nlargest(keep='all'): more than k items when the last place is tied."""
    counts = train.groupby("item")["user"].nunique()
    if exclude_seen:
        counts = counts[~counts.index.isin(train.loc[train["user"] == user, "item"])]
    return counts.nlargest(k, keep="all").index.tolist()


def _difference_eleventh(a, b):
    return np.asarray(a, dtype=float) - np.asarray(b, dtype=float)


def _middle(means):
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__right_matrix_eleventh(a, b, n=2000, seed=0):
    """A matrix of drawn users."""
    d, rng = _difference_eleventh(a, b), np.random.default_rng(seed)
    return _middle(d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1))


def paired_bootstrap_ci__right_multinomial_eleventh(a, b, n=2000, seed=0):
    """How often each user is drawn is multinomial; one product gives all means."""
    d, rng = _difference_eleventh(a, b), np.random.default_rng([seed, 1])
    counts = rng.multinomial(len(d), np.full(len(d), 1 / len(d)), size=n)
    return _middle(counts @ d / len(d))


def paired_bootstrap_ci__right_plain_python(a, b, n=2000, seed=0):
    """random.choices and statistics by hand: sorted means, linear between two of them."""
    rng = random.Random(seed)
    d = [float(x) - float(y) for x, y in zip(a, b, strict=True)]
    means = sorted(math.fsum(rng.choices(d, k=len(d))) / len(d) for _ in range(n))

    def at(q):
        place = q * (n - 1)
        j = min(int(place), n - 1)
        return means[j] + (place - j) * (means[min(j + 1, n - 1)] - means[j])

    return at(0.025), at(0.975)


def paired_bootstrap_ci__wrong_unsigned_eleventh(a, b, n=2000, seed=0):
    """a - b in the given type: uint8 wraps round (0 - 1 = 255), and bool raises."""
    d, rng = np.asarray(a) - np.asarray(b), np.random.default_rng(seed)
    return _middle(d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1))


def paired_bootstrap_ci__wrong_basic_interval(a, b, n=2000, seed=0):
    """The basic (turned) interval, 2 x mean - percentile: another one for skewed differences [0]*9 + [10]."""
    d = _difference_eleventh(a, b)
    low, high = paired_bootstrap_ci__right_matrix_eleventh(a, b, n, seed)
    return float(2 * d.mean() - high), float(2 * d.mean() - low)


def paired_bootstrap_ci__wrong_axis_eleventh(a, b, n=2000, seed=0):
    """The mean over the draws and not over the users: an interval that is far too narrow."""
    d, rng = _difference_eleventh(a, b), np.random.default_rng(seed)
    return _middle(d[rng.integers(0, len(d), (n, len(d)))].mean(axis=0))


def paired_bootstrap_ci__wrong_generator_in_loop(a, b, n=2000, seed=0):
    """A new generator with the same seed for each draw: all samples are one, low equals high."""
    d = _difference_eleventh(a, b)
    return _middle(
        [np.random.default_rng(seed).choice(d, len(d)).mean() for _ in range(min(n, 200))]
    )


def paired_bootstrap_ci__wrong_equal_users_dropped(a, b, n=2000, seed=0):
    """Leaves users out whose difference is 0, as in a sign test: [0]*9 + [1] has a mean of 1."""
    d, rng = _difference_eleventh(a, b), np.random.default_rng(seed)
    d = d[d != 0] if (d != 0).any() else d
    return _middle(d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1))


def paired_bootstrap_ci__wrong_seed_zero_is_none(a, b, n=2000, seed=0):
    """`seed or None`: with seed 0, the default, each call draws anew and gives another interval."""
    d, rng = _difference_eleventh(a, b), np.random.default_rng(seed or None)
    return _middle(d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1))


def paired_bootstrap_ci__wrong_each_user_once(a, b, n=2000, seed=0):
    """The mean over the different users of a sample (an isin or a set): repeats are lost, too narrow."""
    d, rng = _difference_eleventh(a, b), np.random.default_rng(seed)
    return _middle([d[np.unique(rng.integers(0, len(d), len(d)))].mean() for _ in range(n)])


def paired_bootstrap_ci__wrong_unit_of_percentile(a, b, n=2000, seed=0):
    """np.percentile with 0.025 and 0.975: both ends are near the smallest mean."""
    d, rng = _difference_eleventh(a, b), np.random.default_rng(seed)
    low, high = np.percentile(d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1), [0.025, 0.975])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_normal_interval(a, b, n=2000, seed=0):
    """Mean of a - b and 1.96 times the spread of the means: symmetric also for skewed [0]*9 + [10]."""
    d, rng = _difference_eleventh(a, b), np.random.default_rng(seed)
    spread = d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1).std()
    return float(d.mean() - 1.96 * spread), float(d.mean() + 1.96 * spread)


def _strength_eleventh(worth, asof, half_life):
    """worth: a frame of user, item, session, day and weight w; one row for each user, item and session."""
    worth = worth.assign(strength=worth["w"] * 0.5 ** ((asof - worth["day"]) / half_life))
    out = worth.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def _weighed(events, weights, asof):
    past = events[events["day"] < asof]
    return past.assign(w=past["kind"].map(weights).astype(float).fillna(0.0))


def signal_strength__right_groups(events, weights, asof, half_life):
    """One row for each session with its largest weight, decayed and added."""
    keys = ["user", "item", "session", "day"]
    worth = _weighed(events, weights, asof).groupby(keys, as_index=False)["w"].max()
    return _strength_eleventh(worth, asof, half_life)


def signal_strength__right_dictionaries_eleventh(events, weights, asof, half_life):
    """Plain loops; the decay comes before the maximum, which is the same for one day."""
    best = {}
    for user, item, session, day, kind in zip(
        *(events[c].tolist() for c in ("user", "item", "session", "day", "kind")), strict=True
    ):
        if day < asof:
            key = (user, item, session)
            value = weights.get(kind, 0) * math.exp(-math.log(2) * (asof - day) / half_life)
            best[key] = max(best.get(key, 0.0), value)
    parts = defaultdict(list)
    for (user, item, _), value in best.items():
        parts[user, item].append(value)
    rows = [(u, i, math.fsum(v)) for (u, i), v in sorted(parts.items()) if math.fsum(v) > 0]
    return pd.DataFrame(rows, columns=["user", "item", "strength"])


def signal_strength__right_sorted_first(events, weights, asof, half_life):
    """Sorts by weight and keeps the strongest row; worthless rows go first."""
    rows = _weighed(events, weights, asof)
    rows = (
        rows[rows["w"] > 0]
        .sort_values("w", ascending=False)
        .drop_duplicates(["user", "item", "session"])
    )
    value = rows["w"] * np.exp2((rows["day"] - asof) / half_life)
    total = value.groupby([rows["user"], rows["item"]]).sum()
    total = total[total > 0].sort_index()
    return total.rename("strength").rename_axis(["user", "item"]).reset_index()


def signal_strength__wrong_by_day(events, weights, asof, half_life):
    """One row for each user, item and day: two sessions on one day count once."""
    worth = (
        _weighed(events, weights, asof).groupby(["user", "item", "day"], as_index=False)["w"].max()
    )
    return _strength_eleventh(worth, asof, half_life)


def signal_strength__wrong_session_as_whole(events, weights, asof, half_life):
    """The largest weight of the session goes to each of its items: item 6, only viewed beside a purchase of 5, gets 10."""
    worth = _weighed(events, weights, asof)
    worth["w"] = worth.groupby("session")["w"].transform("max")
    return _strength_eleventh(worth.drop_duplicates(["user", "item", "session"]), asof, half_life)


def signal_strength__wrong_fixed_order_of_kinds(events, weights, asof, half_life):
    """The strongest kind is purchase, cart, view whatever the weights say: {'cart': 5, 'purchase': 1} gives 1."""
    order = {"purchase": 0, "cart": 1, "view": 2}
    rows = _weighed(events, weights, asof)
    rows = rows.assign(o=rows["kind"].map(order).fillna(9)).sort_values("o", kind="stable")
    return _strength_eleventh(rows.drop_duplicates(["user", "item", "session"]), asof, half_life)


def signal_strength__wrong_tiny_left_out(events, weights, asof, half_life):
    """'0' is below 1e-9: a view of 40 half-lives ago is left out."""
    out = signal_strength__right_groups(events, weights, asof, half_life)
    return out[out["strength"] > 1e-9].reset_index(drop=True)


def signal_strength__wrong_gaps_in_index(events, weights, asof, half_life):
    """Numbers the rows, then drops those with 0: the index has gaps when a pair is worth nothing."""
    keys = ["user", "item", "session", "day"]
    worth = _weighed(events, weights, asof).groupby(keys, as_index=False)["w"].max()
    worth["strength"] = worth["w"] * 0.5 ** ((asof - worth["day"]) / half_life)
    out = worth.groupby(["user", "item"])["strength"].sum().reset_index()
    return out[out["strength"] > 0]


def signal_strength__wrong_age_from_last_day_eleventh(events, weights, asof, half_life):
    """The age runs to the last day of the log: wrong when nothing happens on the day asof."""
    keys = ["user", "item", "session", "day"]
    worth = _weighed(events, weights, asof).groupby(keys, as_index=False)["w"].max()
    return _strength_eleventh(worth, events["day"].max(), half_life)


def signal_strength__wrong_unknown_kind_raises_eleventh(events, weights, asof, half_life):
    """weights[kind]: KeyError for a kind that is not in it."""
    past = events[events["day"] < asof]
    worth = past.assign(w=[float(weights[kind]) for kind in past["kind"]])
    return _strength_eleventh(
        worth.groupby(["user", "item", "session", "day"], as_index=False)["w"].max(),
        asof,
        half_life,
    )


def signal_strength__wrong_last_of_session(events, weights, asof, half_life):
    """The last row of a session stands for it: wrong when the view comes after the purchase."""
    rows = _weighed(events, weights, asof)
    return _strength_eleventh(
        rows.drop_duplicates(["user", "item", "session"], keep="last"), asof, half_life
    )


def mmr_rerank__right_rounded_eleventh(relevance, similarity, k, lam=0.7):
    """Rounds to nine decimals; argmax takes the first."""
    left = [i for i, r in enumerate(relevance) if not (np.isnan(r) or np.isneginf(r))]
    chosen = []
    while left and len(chosen) < k:
        value = [
            round(
                lam * relevance[i]
                - (1 - lam) * (max(similarity[i][j] for j in chosen) if chosen else 0),
                9,
            )
            for i in left
        ]
        chosen.append(left.pop(int(np.argmax(value))))
    return chosen


def mmr_rerank__right_running_maximum_eleventh(relevance, similarity, k, lam=0.7):
    """Compares with a tolerance and keeps a running maximum for the items that may be shown."""
    relevance = np.asarray(relevance, dtype=float)
    ids = np.flatnonzero(np.isfinite(relevance))
    r, s = relevance[ids], np.asarray(similarity, dtype=float)[np.ix_(ids, ids)]
    alive, nearest, out = np.ones(len(ids), dtype=bool), np.zeros(len(ids)), []
    for _ in range(min(k, len(ids))):
        value = np.where(alive, lam * r - (1 - lam) * nearest, -np.inf)
        pick = int(np.flatnonzero(value > value.max() - 1e-9)[0])
        nearest = np.maximum(nearest, s[:, pick]) if out else s[:, pick].copy()
        alive[pick] = False
        out.append(int(ids[pick]))
    return out


def mmr_rerank__right_recursive_eleventh(relevance, similarity, k, lam=0.7):
    """Recursion with a tuple of the chosen, and one integer key in units of 1e-9."""
    ok = [i for i in range(len(relevance)) if relevance[i] > -math.inf]

    def rest(chosen):
        left = [i for i in ok if i not in chosen]
        if not left or len(chosen) == k:
            return list(chosen)

        def key(i):
            near = max((float(similarity[i, j]) for j in chosen), default=0.0)
            return -round((lam * float(relevance[i]) - (1 - lam) * near) * 1e9), i

        return rest((*chosen, min(left, key=key)))

    return rest(())


def _mmr_eleventh(
    relevance, similarity, k, lam, near=None, value=None, order=None, first=None, stop=None
):
    left = [i for i, r in enumerate(relevance) if r > -math.inf]
    if order:
        left = order(left)
    chosen = []
    while left and len(chosen) < k:

        def marginal(i):
            if not chosen:
                return lam * relevance[i]
            s = [similarity[i, j] for j in chosen]
            return lam * relevance[i] - (1 - lam) * (near(s) if near else max(s))

        scores = [marginal(i) for i in left]
        if first and not chosen:
            at = first(left)
        else:
            at = value(scores) if value else int(np.argmax(np.round(scores, 9)))
        if stop and chosen and stop(scores[at]):
            break
        chosen.append(left.pop(at))
    return chosen


def mmr_rerank__wrong_maximum_from_zero_eleventh(relevance, similarity, k, lam=0.7):
    """The running maximum begins at 0: similarities -0.9 and -0.1 to the chosen item are the same."""
    return _mmr_eleventh(relevance, similarity, k, lam, near=lambda s: max(0.0, *s))


def mmr_rerank__wrong_zero_times_infinity_eleventh(relevance, similarity, k, lam=0.7):
    """lam = 0 times minus infinity is NaN, and argmax picks NaN: an item that may not be shown is chosen."""
    r = np.where(np.isnan(relevance), -np.inf, relevance)
    s = np.where(np.isnan(similarity), 0.0, similarity)
    alive, chosen = np.ones(len(r), dtype=bool), []
    for _ in range(min(k, int((r > -np.inf).sum()))):
        near = s[:, chosen].max(axis=1) if chosen else np.zeros(len(r))
        with np.errstate(invalid="ignore"):
            value = np.round(lam * r - (1 - lam) * near, 9)
        value[~alive] = -np.inf
        chosen.append(int(np.argmax(value)))
        alive[chosen[-1]] = False
    return chosen


def mmr_rerank__wrong_positions_of_filtered_eleventh(relevance, similarity, k, lam=0.7):
    """Filters first, and returns positions in the filtered array: relevance [nan, 1] gives [0] and not [1]."""
    ok = np.flatnonzero(np.isfinite(relevance))
    return mmr_rerank__right_rounded_eleventh(relevance[ok], similarity[np.ix_(ok, ok)], k, lam)


def mmr_rerank__wrong_isclose_default(relevance, similarity, k, lam=0.7):
    """np.isclose with its relative tolerance of 1e-5: relevance [1000.0, 1000.005] is a tie."""
    return _mmr_eleventh(
        relevance, similarity, k, lam, value=lambda v: int(np.flatnonzero(np.isclose(v, max(v)))[0])
    )


def mmr_rerank__wrong_inputs_rounded(relevance, similarity, k, lam=0.7):
    """Rounds relevance and similarity, not their combination: equal sums still differ in the last digit."""
    return _mmr_eleventh(
        np.round(relevance, 9), np.round(similarity, 9), k, lam, value=lambda v: int(np.argmax(v))
    )


def mmr_rerank__wrong_first_by_relevance_eleventh(relevance, similarity, k, lam=0.7):
    """The first place goes to the largest relevance also for lam = 0, where all are equal and 0 is the lowest."""
    return _mmr_eleventh(
        relevance,
        similarity,
        k,
        lam,
        first=lambda left: int(np.argmax(np.round([relevance[i] for i in left], 9))),
    )


def mmr_rerank__wrong_absolute_similarity(relevance, similarity, k, lam=0.7):
    """The absolute similarity: -0.9 is taken for a near copy."""
    return _mmr_eleventh(relevance, np.abs(similarity), k, lam)


def mmr_rerank__wrong_stops_below_zero_eleventh(relevance, similarity, k, lam=0.7):
    """Stops when the best marginal relevance is negative: two equal items and lam = 0.4 give one item."""
    return _mmr_eleventh(relevance, similarity, k, lam, stop=lambda best: best < 0)


def mmr_rerank__wrong_ties_by_relevance(relevance, similarity, k, lam=0.7):
    """Goes through the items by relevance, so a tie goes to the more relevant and not to the lowest number."""
    return _mmr_eleventh(
        relevance, similarity, k, lam, order=lambda left: sorted(left, key=lambda i: -relevance[i])
    )


TRUE |= {
    "temporal_split__wrong_train_of_judged_users": ("users_who_do_not_return_dropped",),
    "temporal_split__wrong_repeats_left_out": ("known_pairs_dropped",),
    "temporal_split__wrong_merge_for_warm": ("rows_renumbered",),
    "precision_recall_at_k__wrong_unique_then_cut": ("repeats_give_up_their_place",),
    "precision_recall_at_k__wrong_recall_capped_eleventh": ("recall_over_at_most_k",),
    "precision_recall_at_k__wrong_precision_zero": ("only_recall_is_nan",),
    "precision_recall_at_k__wrong_nan_without_hit": ("nothing_shown_is_nan",),
    "precision_recall_at_k__wrong_nothing_shown_nan": ("nothing_shown_is_nan",),
    "precision_recall_at_k__wrong_repeats_free_places": ("places_of_different_items",),
    "ndcg_at_k__wrong_best_as_long_as_shown": ("ideal_as_long_as_the_list",),
    "ndcg_at_k__wrong_unique_then_cut": ("repeats_move_up",),
    "kill_ndcg__wrong_exact_equality_eleventh": ("rejects_whatever_comes",),
    "kill_ndcg__wrong_perfect_lists_eleventh": ("only_the_missing_division_found",),
    "kill_ndcg__wrong_any_case": ("accepts_whatever_comes",),
    "popularity_topk__wrong_stranger_gets_none": ("newcomer_gets_nothing",),
    "popularity_topk__wrong_first_seen_first": ("equals_as_they_come",),
    "popularity_topk__wrong_ties_kept": ("more_than_k_when_tied",),
    "paired_bootstrap_ci__wrong_unsigned_eleventh": ("difference_in_a_narrow_type",),
    "signal_strength__wrong_by_day": ("one_visit_a_day",),
    "signal_strength__wrong_session_as_whole": ("weight_of_the_whole_session",),
    "signal_strength__wrong_gaps_in_index": ("rows_not_numbered",),
    "signal_strength__wrong_age_from_last_day_eleventh": ("aged_to_the_last_event",),
    "signal_strength__wrong_last_of_session": ("one_event_of_a_session",),
    "mmr_rerank__wrong_maximum_from_zero_eleventh": ("negative_similarity_ignored",),
    "mmr_rerank__wrong_inputs_rounded": ("compared_to_the_last_digit",),
    "mmr_rerank__wrong_first_by_relevance_eleventh": ("first_by_relevance_alone",),
}


# ---- Thirteenth bank


# ---------------------------------------------------------------- break_evaluation
def _bev_evaluate(events, cutoff, k, defect=None):
    day_in = (
        (lambda d: d <= cutoff) if defect == "cutoff_day_in_training" else (lambda d: d < cutoff)
    )
    past = [(u, i) for u, i, d in events if day_in(d)]
    future = [(u, i) for u, i, d in events if not day_in(d)]
    counted = past + (future if defect == "future_in_popularity" else [])
    if defect != "lines_instead_of_users":
        counted = set(counted)
    popularity = Counter(i for _, i in counted)
    ranked = sorted(popularity, key=lambda i: (-popularity[i], i))
    scores = []
    for user in sorted({u for u, _, _ in events}):
        owned = {i for u, i in past if u == user}
        bought = {i for u, i in future if u == user}
        new = bought if defect == "seen_items_count" else bought - owned
        if not new:
            continue
        if not owned:
            if defect == "cold_users_score_zero":
                scores.append(0.0)
            continue
        shown = [i for i in ranked if defect == "seen_items_count" or i not in owned][:k]
        hits = len(new & set(shown))
        scores.append(hits / (k if defect == "divided_by_k" else len(new)))
    return sum(scores) / len(scores) if scores else math.nan


def _bev_shows(events, cutoff, k, defect):
    a, b = _bev_evaluate(events, cutoff, k), _bev_evaluate(events, cutoff, k, defect)
    return not math.isnan(a) and not math.isnan(b) and abs(a - b) > 1e-6


_BEV_BASE = [(1, "A", 1), (2, "B", 1), (3, "B", 1), (2, "C", 1)]
_BEV_HAND = {
    # list of user 1 is [B]
    "future_in_popularity": (
        _BEV_BASE + [(1, "B", 9), (4, "C", 9), (5, "C", 9), (6, "C", 9)],
        5,
        1,
    ),
    "cutoff_day_in_training": (_BEV_BASE + [(4, "C", 5), (5, "C", 5), (1, "B", 9)], 5, 1),
    "seen_items_count": (_BEV_BASE + [(1, "B", 9), (1, "A", 9)], 5, 1),
    "lines_instead_of_users": (_BEV_BASE + [(2, "C", 2), (2, "C", 3), (1, "B", 9)], 5, 1),
    "divided_by_k": (_BEV_BASE + [(1, "B", 9)], 5, 2),
    "cold_users_score_zero": (_BEV_BASE + [(1, "B", 9), (7, "B", 9)], 5, 1),
}


def break_evaluation__right_by_hand_thirteenth(defect):
    return _BEV_HAND[defect]


def break_evaluation__right_random_search_thirteenth(defect):
    rng = np.random.default_rng(4)
    while True:
        events = [
            (int(rng.integers(1, 5)), "ABCD"[rng.integers(4)], int(rng.integers(1, 8)))
            for _ in range(11)
        ]
        k = int(rng.integers(1, 3))
        if _bev_shows(events, 5, k, defect):
            return events, 5, k


def break_evaluation__right_fewest_purchases(defect):
    """Breadth first: fewest purchases of up to three users, three items and days 1 to 3 with cutoff 2."""
    cells = [(u, i, d) for u in (1, 2, 3) for i in "ABC" for d in (1, 2, 3)]
    rng = np.random.default_rng(1)
    for size in range(3, 12):
        for _ in range(4000):
            events = [cells[j] for j in rng.integers(len(cells), size=size)]
            for k in (1, 2):
                if _bev_shows(events, 2, k, defect):
                    return events, 2, k
    raise AssertionError


def break_evaluation__wrong_future_purchase_own(defect):
    """future_in_popularity: the only future purchases make popular what is on top anyway."""
    if defect == "future_in_popularity":
        return _BEV_BASE + [(1, "B", 9), (4, "B", 9)], 5, 1
    return _BEV_HAND[defect]


def break_evaluation__wrong_purchase_after_the_day(defect):
    """cutoff_day_in_training with purchases of the day after: cutoff 5, days 6 and 9 only."""
    if defect == "cutoff_day_in_training":
        return _BEV_BASE + [(4, "C", 6), (5, "C", 6), (1, "B", 9)], 5, 1
    return _BEV_HAND[defect]


def break_evaluation__wrong_repeat_without_new(defect):
    """seen_items_count: k is so large that the owned and the new items are both hits, and the score is 1 both times."""
    if defect == "seen_items_count":
        return _BEV_BASE + [(1, "B", 9), (1, "A", 9)], 5, 3
    return _BEV_HAND[defect]


def break_evaluation__wrong_lines_same_order(defect):
    """lines_instead_of_users: user 2 buys C again, so both have two lines, and the alphabet puts B first as before."""
    if defect == "lines_instead_of_users":
        return _BEV_BASE + [(2, "C", 2), (1, "B", 9)], 5, 1
    return _BEV_HAND[defect]


def break_evaluation__wrong_k_equals_new(defect):
    """divided_by_k: with k = 1 and one new item both divide by 1."""
    if defect == "divided_by_k":
        return _BEV_BASE + [(1, "B", 9)], 5, 1
    return _BEV_HAND[defect]


def break_evaluation__wrong_miss_divided_by_k(defect):
    """divided_by_k: the new item is no hit, and 0 over 2 is 0 over 1."""
    if defect == "divided_by_k":
        return _BEV_BASE + [(1, "D", 9)], 5, 2
    return _BEV_HAND[defect]


def break_evaluation__wrong_cold_among_zeros(defect):
    """cold_users_score_zero: the only warm user scores 0, so another 0 does not change the mean."""
    if defect == "cold_users_score_zero":
        return _BEV_BASE + [(1, "C", 9), (7, "B", 9)], 5, 1
    return _BEV_HAND[defect]


def break_evaluation__wrong_cancelling_users(defect):
    """future_in_popularity: user 1 loses B and user 6 wins C, so the mean of two users is the same."""
    if defect == "future_in_popularity":
        return _BEV_BASE + [(6, "A", 1), (1, "B", 9), (6, "C", 9), (4, "C", 9), (5, "C", 9)], 5, 1
    return _BEV_HAND[defect]


def break_evaluation__wrong_nobody_judged_thirteenth(defect):
    """divided_by_k where nobody buys anything new: NaN both times."""
    if defect == "divided_by_k":
        return _BEV_BASE + [(1, "A", 9)], 5, 2
    return _BEV_HAND[defect]


def break_evaluation__wrong_thirteen_purchases_thirteenth(defect):
    """lines_instead_of_users with 13 purchases, one more than allowed."""
    if defect == "lines_instead_of_users":
        return _BEV_BASE + [(2, "C", d) for d in (1, 1, 2, 2, 3, 3, 4, 4)] + [(1, "B", 9)], 5, 1
    return _BEV_HAND[defect]


def break_evaluation__wrong_item_words(defect):
    """Items are words ("bread"), not single capital letters."""
    names = {"A": "apple", "B": "bread", "C": "cream"}
    events, cutoff, k = _BEV_HAND[defect]
    return [(u, names[i], d) for u, i, d in events], cutoff, k


# ---------------------------------------------------------------- temporal_split
def temporal_split__right_masks_thirteenth(events, cutoff):
    before = events["day"] < cutoff
    train = events[before]
    known = events["user"].isin(train["user"])
    cold = np.unique(events.loc[~before & ~known, "user"])
    return train, events[~before & known], [int(u) for u in cold]


def temporal_split__right_loops(events, cutoff):
    first, second, known = [], [], set()
    for at, (u, d) in enumerate(zip(events["user"].tolist(), events["day"].tolist())):
        if d < cutoff:
            first.append(at)
            known.add(u)
    cold = set()
    for at, (u, d) in enumerate(zip(events["user"].tolist(), events["day"].tolist())):
        if d >= cutoff:
            if u in known:
                second.append(at)
            else:
                cold.add(u)
    return events.iloc[first], events.iloc[second], sorted(cold)


def temporal_split__right_first_day_thirteenth(events, cutoff):
    """A user is warm when her first day is before the cutoff."""
    first = events.groupby("user")["day"].transform("min").to_numpy()
    day = events["day"].to_numpy()
    train = (
        events.loc[day < cutoff].copy() if events.index.is_unique else events[day < cutoff].copy()
    )
    test = events[(day >= cutoff) & (first < cutoff)].copy()
    cold = events["user"].to_numpy()[first >= cutoff]
    return train, test, tuple(sorted(set(cold.tolist())))


def temporal_split__wrong_cutoff_in_train_thirteenth(events, cutoff):
    """The cutoff day belongs to the past (<=): the example shows it."""
    return temporal_split__right_masks_thirteenth(events, cutoff + 1)


def temporal_split__wrong_unknown_items_dropped(events, cutoff):
    """Items that do not occur in train are removed from test (the example shows it)."""
    train, test, cold = temporal_split__right_masks_thirteenth(events, cutoff)
    known = test["item"].isin(train["item"])
    return train, test[known], cold


def temporal_split__wrong_sorted_by_day_thirteenth(events, cutoff):
    """Sorts by day first: the order of rows changes when the input is not sorted."""
    return temporal_split__right_masks_thirteenth(events.sort_values("day", kind="stable"), cutoff)


def temporal_split__wrong_new_index(events, cutoff):
    """reset_index: the frames lose the index of their rows. An index starting at 0 hides it for train on sorted input."""
    train, test, cold = temporal_split__right_masks_thirteenth(events, cutoff)
    return train, test.reset_index(drop=True), cold


def temporal_split__wrong_merge_loses_index(events, cutoff):
    """An inner merge with the known users: a new index, and the order may change."""
    before = events["day"] < cutoff
    train = events[before]
    test = events[~before].merge(train[["user"]].drop_duplicates(), on="user")
    cold = sorted(set(events.loc[~before, "user"]) - set(train["user"]))
    return train, test, [int(u) for u in cold]


def temporal_split__wrong_cold_in_order_of_occurrence(events, cutoff):
    """Cold users in the order in which they occur, not ascending."""
    train, test, cold = temporal_split__right_masks_thirteenth(events, cutoff)
    later = events.loc[events["day"] >= cutoff, "user"]
    return train, test, [int(u) for u in later[later.isin(cold)].unique()]


def temporal_split__wrong_cold_repeated_thirteenth(events, cutoff):
    """One entry for each row of a cold user: a user with two late purchases is listed twice."""
    before = events["day"] < cutoff
    known = events["user"].isin(events.loc[before, "user"])
    return (
        events[before],
        events[~before & known],
        sorted(int(u) for u in events.loc[~before & ~known, "user"]),
    )


def temporal_split__wrong_cold_are_all_new_users_and_lapsed(events, cutoff):
    """Cold users as the symmetric difference of the two periods: users who only bought before the cutoff are listed too."""
    before = events["day"] < cutoff
    train, late = events[before], events[~before]
    cold = set(train["user"]) ^ set(late["user"])
    return train, late[late["user"].isin(train["user"])], sorted(int(u) for u in cold)


def temporal_split__wrong_cold_stay_in_test(events, cutoff):
    """Cold users with at least two late purchases stay in the test (only one-timers leave)."""
    before = events["day"] < cutoff
    train, late = events[before], events[~before]
    cold = sorted(set(late["user"]) - set(train["user"]))
    often = late["user"].map(late["user"].value_counts()) > 1
    return train, late[late["user"].isin(train["user"]) | often], [int(u) for u in cold]


def temporal_split__wrong_drops_duplicates(events, cutoff):
    """Equal rows (the same purchase twice a day) are made one: all events belong to the frames."""
    return temporal_split__right_masks_thirteenth(events.drop_duplicates(), cutoff)


def temporal_split__wrong_adds_a_column(events, cutoff):
    """Marks the period in the caller's frame and drops it from the parts: events is changed."""
    events["_past"] = events["day"] < cutoff
    train, test, cold = temporal_split__right_masks_thirteenth(events, cutoff)
    return train.drop(columns="_past"), test.drop(columns="_past"), cold


def temporal_split__wrong_known_by_last_day(events, cutoff):
    """A user is warm if her first row in the frame is before the cutoff: input in any order breaks it."""
    first = events.groupby("user")["day"].transform("first")
    day = events["day"]
    cold = sorted({int(u) for u in events["user"][first >= cutoff]})
    return events[day < cutoff], events[(day >= cutoff) & (first < cutoff)], cold


def temporal_split__wrong_repeats_removed_from_test(events, cutoff):
    """Purchases in test of items that the user bought before are removed: that is another task."""
    train, test, cold = temporal_split__right_masks_thirteenth(events, cutoff)
    owned = set(zip(train["user"], train["item"]))
    new = [pair not in owned for pair in zip(test["user"], test["item"])]
    return train, test[np.array(new, dtype=bool)], cold


# ---------------------------------------------------------------- precision_recall_at_k
def precision_recall_at_k__right_sets_thirteenth(ranked, relevant, k):
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted.intersection(ranked[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__right_loop_thirteenth(ranked, relevant, k):
    left = dict.fromkeys(relevant)
    total = len(left)
    if total == 0:
        return float("nan"), float("nan")
    hits = 0
    for place, item in enumerate(ranked):
        if place == k:
            break
        if item in left:
            del left[item]
            hits += 1
    return hits / k, hits / total


def precision_recall_at_k__right_pandas_thirteenth(ranked, relevant, k):
    wanted = pd.Index(relevant).unique()
    if len(wanted) == 0:
        return np.nan, np.nan
    shown = pd.Index(list(ranked[:k]), dtype=object).unique()
    hits = int(wanted.astype(object).isin(shown).sum())
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_short_list(ranked, relevant, k):
    """Divides by the places filled when fewer than k were shown."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / max(1, min(k, len(ranked))), hits / len(wanted)


def precision_recall_at_k__wrong_hit_twice_thirteenth(ranked, relevant, k):
    """Counts a hit for each place: an item shown twice is two hits."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = sum(item in wanted for item in ranked[:k])
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_relevant_repeated(ranked, relevant, k):
    """Recall over len(relevant): an item listed twice counts twice."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(relevant)


def precision_recall_at_k__wrong_duplicates_removed_first_thirteenth(ranked, relevant, k):
    """Removes repeated items before the cut, so an item behind place k moves up."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(list(dict.fromkeys(ranked))[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_different_shown_thirteenth(ranked, relevant, k):
    """Precision over the different items among the first k when one is repeated: the repeated item takes two places."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    shown = ranked[:k]
    hits = len(wanted & set(shown))
    return hits / (k - (len(shown) - len(set(shown)))), hits / len(wanted)


def precision_recall_at_k__wrong_zero_for_nothing_relevant(ranked, relevant, k):
    """0 and 0 when nothing is relevant."""
    wanted = set(relevant)
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted) if wanted else 0.0


def precision_recall_at_k__wrong_precision_not_nan(ranked, relevant, k):
    """Only recall is NaN when nothing is relevant; precision is 0."""
    wanted = set(relevant)
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted) if wanted else math.nan


def precision_recall_at_k__wrong_recall_capped_thirteenth(ranked, relevant, k):
    """Recall over at most k relevant items: with five relevant and k = 3 the best is 1, not 0.6."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / min(k, len(wanted))


def precision_recall_at_k__wrong_recall_of_whole_list(ranked, relevant, k):
    """Recall over the whole list, also behind place k (the example shows it)."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, len(wanted & set(ranked)) / len(wanted)


def precision_recall_at_k__wrong_rounded_thirteenth(ranked, relevant, k):
    """Rounds to four decimals (the example shows it)."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return round(hits / k, 4), round(hits / len(wanted), 4)


def precision_recall_at_k__wrong_empty_list_nan(ranked, relevant, k):
    """NaN when nothing is shown; hits are 0 of k, so precision and recall are 0."""
    wanted = set(relevant)
    if not wanted or not ranked:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_falsy_items_thirteenth(ranked, relevant, k):
    """Drops falsy items as empty places: item 0 is never a hit."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len({i for i in ranked[:k] if i} & wanted)
    return hits / k, hits / len(wanted)


# ---------------------------------------------------------------- ndcg_at_k
def ndcg_at_k__right_loops(ranked, gain, k):
    best = sorted(gain.values(), reverse=True)[:k]
    ideal = sum(g / math.log2(j + 2) for j, g in enumerate(best))
    if not ideal > 0:
        return math.nan
    seen, total = set(), 0.0
    for j, item in enumerate(ranked[:k]):
        if item not in seen:
            seen.add(item)
            total += gain.get(item, 0) / math.log2(j + 2)
    return total / ideal


def ndcg_at_k__right_numpy_thirteenth(ranked, gain, k):
    g = np.sort(np.array(list(gain.values()), dtype=float))[::-1][:k]
    if g.sum() == 0:
        return float("nan")
    shown = list(ranked)[:k]
    got = np.array(
        [0.0 if item in shown[:j] else gain.get(item, 0.0) for j, item in enumerate(shown)],
        dtype=float,
    )
    weight = 1 / np.log1p(np.arange(1, k + 1))
    return float(got @ weight[: len(got)] / (g @ weight[: len(g)]))


def ndcg_at_k__right_pop_from_copy(ranked, gain, k):
    left = dict(gain)
    got = [left.pop(item, 0) for item in ranked[:k]]
    best = heapq.nlargest(k, gain.values())

    def dcg(values):
        return math.fsum(v / math.log(j) for j, v in enumerate(values, start=2))

    ideal = dcg(best)
    return dcg(got) / ideal if ideal > 0 else math.nan


def _ndc(got, best):
    d = lambda v: sum(g / math.log2(j + 2) for j, g in enumerate(v))
    return d(got) / d(best) if d(best) > 0 else math.nan


def _ndc_got(ranked, gain, k):
    left = dict(gain)
    return [left.pop(i, 0) for i in ranked[:k]]


def _ndc_best(gain, k):
    return sorted(gain.values(), reverse=True)[:k]


def ndcg_at_k__wrong_ideal_of_shown_thirteenth(ranked, gain, k):
    """The best order of what was shown in k places, not of all items of gain."""
    got = _ndc_got(ranked, gain, k)
    if not sum(gain.values()):
        return math.nan
    return _ndc(got, sorted(got, reverse=True)) if sum(got) else 0.0


def ndcg_at_k__wrong_ideal_of_whole_list(ranked, gain, k):
    """The ideal is the best order of the items in the ranked list (also behind k): relevant items that are not in it are missing."""
    best = sorted((gain.get(i, 0) for i in set(ranked)), reverse=True)[:k]
    if not sum(gain.values()):
        return math.nan
    return _ndc(_ndc_got(ranked, gain, k), best) if sum(best) else 0.0


def ndcg_at_k__wrong_ideal_not_cut_thirteenth(ranked, gain, k):
    """The ideal is not cut at k places: more relevant items than places."""
    return _ndc(_ndc_got(ranked, gain, k), _ndc_best(gain, len(gain)))


def ndcg_at_k__wrong_ideal_cut_at_shown(ranked, gain, k):
    """The ideal is cut at the number of items shown when the list is shorter than k."""
    if not sum(gain.values()):
        return math.nan
    return _ndc(_ndc_got(ranked, gain, k), _ndc_best(gain, min(k, len(ranked)))) if ranked else 0.0


def ndcg_at_k__wrong_repeat_gains_again(ranked, gain, k):
    """An item shown again gains again."""
    return _ndc([gain.get(i, 0) for i in ranked[:k]], _ndc_best(gain, k))


def ndcg_at_k__wrong_repeat_takes_no_place_thirteenth(ranked, gain, k):
    """Repeats are removed before the places are counted, so the items behind move up."""
    return _ndc(_ndc_got(list(dict.fromkeys(ranked)), gain, k), _ndc_best(gain, k))


def ndcg_at_k__wrong_repeat_removed_after_cut(ranked, gain, k):
    """Repeats are removed from the first k places, so that the items behind them in these places move up."""
    return _ndc(_ndc_got(list(dict.fromkeys(ranked[:k])), gain, k), _ndc_best(gain, k))


def ndcg_at_k__wrong_last_showing_counts(ranked, gain, k):
    """An item shown twice gains in its last place, not in its first."""
    shown = ranked[:k]
    got = [gain.get(i, 0) if i not in shown[j + 1 :] else 0 for j, i in enumerate(shown)]
    return _ndc(got, _ndc_best(gain, k))


def ndcg_at_k__wrong_power_of_two_thirteenth(ranked, gain, k):
    """Gains as 2**g - 1: 0 and 1 hide it."""
    power = {i: 2**g - 1 for i, g in gain.items()}
    return _ndc(_ndc_got(ranked, power, k), _ndc_best(power, k))


def ndcg_at_k__wrong_binary_thirteenth(ranked, gain, k):
    """A gain above 0 counts as 1."""
    flags = {i: int(g > 0) for i, g in gain.items()}
    return _ndc(_ndc_got(ranked, flags, k), _ndc_best(flags, k))


def ndcg_at_k__wrong_first_two_not_discounted(ranked, gain, k):
    """The discount of 2002, log2(j) from place 2 on, so places 1 and 2 count fully (the example shows it)."""
    d = lambda v: sum(g / max(1.0, math.log2(j)) for j, g in enumerate(v, 1))
    ideal = d(_ndc_best(gain, k))
    return d(_ndc_got(ranked, gain, k)) / ideal if ideal > 0 else math.nan


def ndcg_at_k__wrong_shown_behind_ten_ignored(ranked, gain, k):
    """Counts at most ten places of the list, but k of the ideal: k above 10 shows it."""
    return _ndc(_ndc_got(ranked, gain, min(k, 10)), _ndc_best(gain, k))


def ndcg_at_k__wrong_zero_gains_nan_missed(ranked, gain, k):
    """NaN only for an empty gain: with gains that are all 0 it returns 0."""
    if not gain:
        return math.nan
    best = _ndc_best(gain, k)
    return _ndc(_ndc_got(ranked, gain, k), best) if sum(best) else 0.0


def ndcg_at_k__wrong_nothing_shown_nan(ranked, gain, k):
    """NaN when nothing that was shown has a gain; the score is 0."""
    got = _ndc_got(ranked, gain, k)
    return _ndc(got, _ndc_best(gain, k)) if sum(got) else math.nan


def ndcg_at_k__wrong_pops_from_gain(ranked, gain, k):
    """Pops the gains from the caller's dict, which is changed; the ideal was computed before."""
    best = _ndc_best(gain, k)
    return _ndc([gain.pop(i, 0) for i in ranked[:k]], best)


def ndcg_at_k__wrong_ideal_in_order_of_dict(ranked, gain, k):
    """The ideal takes the first k of the dict as they come, then sorts them: large gains at the end are missed."""
    first = sorted(list(gain.values())[:k], reverse=True)
    if not sum(gain.values()):
        return math.nan
    return _ndc(_ndc_got(ranked, gain, k), first) if sum(first) else math.nan


def ndcg_at_k__wrong_integer_gains(ranked, gain, k):
    """Gains go into an integer array: 0.5 becomes 0."""
    whole = {i: int(g) for i, g in gain.items()}
    return _ndc(_ndc_got(ranked, whole, k), _ndc_best(whole, k))


def ndcg_at_k__wrong_equal_gains_once(ranked, gain, k):
    """The ideal uses set(gain.values()): two items of equal gain count once."""
    return _ndc(_ndc_got(ranked, gain, k), sorted(set(gain.values()), reverse=True)[:k])


# ---------------------------------------------------------------- kill_ndcg
_KND_FIXED = [
    (["a", "b"], {"b": 1}, 2),
    (["a", "b", "c"], {"a": 1, "b": 3, "c": 2}, 3),
    (["x", "a"], {"a": 2, "b": 5}, 2),
    (["a", "a", "b"], {"a": 3, "b": 2}, 3),
    (["a", "a", "b", "c"], {"a": 3, "b": 2, "c": 1}, 3),
    (["x", "b", "a", "c"], {"a": 3, "b": 2, "c": 4}, 2),
    (["a"], {"a": 1, "b": 1, "c": 1}, 3),
    ([], {"a": 1}, 3),
    (["a", "b"], {}, 2),
    (["a", "b"], {"a": 0, "b": 0.0}, 2),
    (["b", "a"], {"a": 0.5, "b": 0.25}, 1),
    (["x", "y"], {"a": 1}, 2),
    (["a", "b"], {"a": 1, "b": 1, "c": 1, "d": 1}, 2),
    ([3, 0, 5, 1], {0: 2, 1: 1.5, 5: 0}, 4),
    (list("xyzuvwabcdefg"), {"g": 4, "f": 1, "a": 2}, 13),
]


def _knd_random(seed, draws):
    rng = np.random.default_rng(seed)
    for _ in range(draws):
        ranked = [int(i) for i in rng.integers(0, 9, rng.integers(0, 12))]
        gain = {
            int(i): float(rng.choice([0, 0.5, 1, 2, 3.5]))
            for i in rng.permutation(9)[: rng.integers(0, 8)]
        }
        yield ranked, gain, int(rng.integers(1, 9))


def _knd_compare(fn, cases, reference=None, tol=1e-9):
    for ranked, gain, k in cases:
        expected = (reference or ndcg_at_k__right_loops)(list(ranked), dict(gain), k)
        r, g = list(ranked), dict(gain)
        value = fn(r, g, k)
        if r != ranked or g != gain:
            return False
        if math.isnan(expected) != bool(math.isnan(value)):
            return False
        if not math.isnan(expected) and abs(value - expected) > tol:
            return False
    return True


def kill_ndcg__right_reference_and_random(implementation):
    return _knd_compare(implementation, itertools.chain(_KND_FIXED, _knd_random(0, 200)))


def kill_ndcg__right_numbers_by_hand(implementation):
    l3, l4, l5 = 1 / math.log2(3), 0.5, 1 / math.log2(5)
    best321 = 3 + 2 * l3 + 1 * l4
    cases = [
        (["a", "b"], {"b": 1}, 2, l3),
        (["a", "b", "c"], {"a": 1, "b": 3, "c": 2}, 3, (1 + 3 * l3 + 2 * l4) / best321),
        (["c", "a"], {"a": 3, "b": 2, "c": 1}, 3, (1 + 3 * l3) / best321),
        (["x", "a"], {"a": 2, "b": 5}, 2, 2 * l3 / (5 + 2 * l3)),
        (["a", "a", "b"], {"a": 3, "b": 2, "c": 1}, 3, (3 + 2 * l4) / best321),
        (["a", "a", "b"], {"a": 3, "b": 2, "c": 1}, 2, 3 / (3 + 2 * l3)),
        (["x", "y", "a"], {"a": 2}, 2, 0.0),
        (["a", "b"], {"a": 1, "b": 1, "c": 1, "d": 1}, 2, 1.0),
        (["x", "y", "z", "a"], {"a": 0.5, "b": 0.5}, 4, 0.5 * l5 / (0.5 + 0.5 * l3)),
        (["a", "b"], {"a": 1}, 1, 1.0),
        ([], {"a": 1}, 2, 0.0),
        ([0, 1], {1: 1, 0: 2}, 2, 1.0),
    ]
    for ranked, gain, k, expected in cases:
        if not math.isclose(
            implementation(list(ranked), dict(gain), k), expected, rel_tol=1e-9, abs_tol=1e-9
        ):
            return False
    for gain in ({}, {"a": 0}, {"a": 0.0, "b": 0}):
        if not np.isnan(implementation(["a", "b"], dict(gain), 2)):
            return False
    ranked, gain = ["b", "b", "a", "c"], {"a": 1, "b": 3}
    implementation(ranked, gain, 3)
    return ranked == ["b", "b", "a", "c"] and gain == {"a": 1, "b": 3}


def kill_ndcg__right_two_references(implementation):
    """All short lists over three items against the version that pops from a copy, then random ones."""
    gain = {"a": 3, "b": 1.5, "c": 0, "z": 2}
    small = [
        (list(r), g, k)
        for n in range(4)
        for r in itertools.product("abx", repeat=n)
        for g in (gain, {"a": 1}, {"b": 1, "a": 1, "z": 1, "y": 1}, {"c": 0})
        for k in (1, 2, 3, 5)
    ]
    return _knd_compare(implementation, small, ndcg_at_k__right_pop_from_copy) and _knd_compare(
        implementation, _knd_random(9, 80), ndcg_at_k__right_numpy_thirteenth
    )


def kill_ndcg__wrong_example_alone(implementation):
    """Only the docstring's example, on which all nine are right."""
    return abs(implementation(["a", "b"], {"b": 1}, 2) - 1 / math.log2(3)) < 1e-9


def kill_ndcg__wrong_exact_equality_thirteenth(implementation):
    """Compares with ==: a right one with another logarithm differs in the last digits."""
    return all(
        implementation(list(r), dict(g), k) == ndcg_at_k__right_loops(r, g, k)
        for r, g, k in _knd_random(1, 300)
        if any(g.values())
    )


def kill_ndcg__wrong_nan_compared(implementation):
    """Compares NaN with NaN by a tolerance: never close, so right ones are rejected."""
    return all(
        abs(implementation(list(r), dict(g), k) - ndcg_at_k__right_loops(r, g, k)) < 1e-9
        for r, g, k in _KND_FIXED
    )


def kill_ndcg__wrong_perfect_lists_thirteenth(implementation):
    """Only perfect lists, which score 1 with most wrong formulas."""
    return all(
        abs(implementation(list("abc"), g, 3) - 1) < 1e-9
        for g in ({"a": 3, "b": 2, "c": 1}, {"a": 1}, {"a": 2, "b": 2})
    )


def kill_ndcg__wrong_flags_alone(implementation):
    """Gains of 0 and 1 only, no repeats, all relevant items shown, and k as long as the list."""
    rng = np.random.default_rng(2)
    cases = []
    for _ in range(100):
        ranked = rng.permutation(6).tolist()
        cases.append((ranked, {i: 1 for i in rng.permutation(6)[:3].tolist()}, 6))
    return _knd_compare(implementation, cases)


def kill_ndcg__wrong_loose_tolerance(implementation):
    """A tolerance of 0.5 lets most mistakes pass."""
    return _knd_compare(implementation, _KND_FIXED, tol=0.5)


def kill_ndcg__wrong_reference_exponential(implementation):
    """The own reference uses 2**g - 1, so right ones are rejected."""
    return _knd_compare(implementation, _KND_FIXED, ndcg_at_k__wrong_power_of_two_thirteenth)


def kill_ndcg__wrong_reference_moves_up(implementation):
    """Believes that a repeat takes no place; right ones are rejected."""
    return _knd_compare(
        implementation, _KND_FIXED, ndcg_at_k__wrong_repeat_takes_no_place_thirteenth
    )


def kill_ndcg__wrong_zero_for_no_gain(implementation):
    """Wants 0 for a user without gains; NaN is due."""
    return _knd_compare(implementation, _KND_FIXED[:8]) and implementation(["a"], {}, 1) == 0


def kill_ndcg__wrong_between_zero_and_one_thirteenth(implementation):
    """Checks only that the value lies in 0 to 1 and grows when a hit moves up."""
    a = implementation(["x", "a", "b"], {"a": 3, "b": 1}, 3)
    b = implementation(["a", "x", "b"], {"a": 3, "b": 1}, 3)
    return bool(0 <= a < b <= 1)


def kill_ndcg__wrong_swallows_errors(implementation):
    """Every exception counts as right, and the answer is asserted only on the example and two perfect lists."""
    try:
        return (
            abs(implementation(["a", "b"], {"b": 1}, 2) - 0.63093) < 1e-4
            and implementation(["a"], {"a": 7}, 1) == 1
        )
    except Exception:
        return True


def kill_ndcg__wrong_negative_gains_thirteenth(implementation):
    """Feeds a negative gain, for which the contract says nothing, and wants the plain formula (pruning is not allowed)."""
    value = implementation(["a", "b"], {"a": -1, "b": 1}, 2)
    return (
        _knd_compare(implementation, _KND_FIXED)
        and abs(value - (-1 + 1 / math.log2(3)) / 1.0) < 1e-9
    )


# ---------------------------------------------------------------- popularity_topk
def popularity_topk__right_pandas(train, user, k, exclude_seen=True):
    buyers = train.groupby("item")["user"].nunique().sort_index()
    if exclude_seen:
        buyers = buyers.drop(train.loc[train["user"] == user, "item"].unique())
    return buyers.sort_values(ascending=False, kind="stable").index[:k].astype(int).tolist()


def popularity_topk__right_sets_thirteenth(train, user, k, exclude_seen=True):
    users_of = defaultdict(set)
    for u, i in zip(train["user"].tolist(), train["item"].tolist()):
        users_of[i].add(u)
    items = [i for i in users_of if not (exclude_seen and user in users_of[i])]
    return heapq.nsmallest(k, items, key=lambda i: (-len(users_of[i]), i))


def popularity_topk__right_numpy_thirteenth(train, user, k, exclude_seen=True):
    if len(train) == 0:
        return []
    pairs = np.unique(train[["item", "user"]].to_numpy(dtype=np.int64), axis=0)
    items, counts = np.unique(pairs[:, 0], return_counts=True)
    if exclude_seen:
        keep = ~np.isin(items, pairs[pairs[:, 1] == user, 0])
        items, counts = items[keep], counts[keep]
    return items[np.lexsort((items, -counts))][:k].tolist()


def popularity_topk__wrong_lines(train, user, k, exclude_seen=True):
    """Counts rows, not different users (the example shows it)."""
    counts = train["item"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in counts.index if i not in seen][:k]


def popularity_topk__wrong_distinct_rows(train, user, k, exclude_seen=True):
    """drop_duplicates over all columns: a user who bought an item in two quantities counts twice."""
    rows = train.drop_duplicates()
    counts = rows.groupby("item").size().sort_values(ascending=False, kind="stable")
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in counts.index if i not in seen][:k]


def popularity_topk__wrong_adjacent_duplicates(train, user, k, exclude_seen=True):
    """Removes a repeat only when it follows directly in the frame (a shift): repeats further apart count again."""
    pair = train[["user", "item"]]
    rows = pair[(pair != pair.shift()).any(axis=1)]
    counts = rows.groupby("item").size().sort_values(ascending=False, kind="stable")
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in counts.index if i not in seen][:k]


def popularity_topk__wrong_ties_by_appearance_thirteenth(train, user, k, exclude_seen=True):
    """value_counts keeps equals in order of appearance, not by number."""
    counts = train[["user", "item"]].drop_duplicates()["item"].value_counts()
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in counts.index if i not in seen][:k]


def popularity_topk__wrong_ties_by_text(train, user, k, exclude_seen=True):
    """Equals are sorted as text: item 10 comes before item 9."""
    counts = train.groupby("item")["user"].nunique()
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [
        int(i) for i in sorted(counts.index, key=lambda i: (-counts[i], str(i))) if i not in seen
    ][:k]


def popularity_topk__wrong_ties_to_higher(train, user, k, exclude_seen=True):
    """Sorted ascending and turned round: of equals the higher number comes first."""
    counts = train.groupby("item")["user"].nunique().sort_values(kind="stable")[::-1]
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in counts.index if i not in seen][:k]


def popularity_topk__wrong_ties_by_quantity(train, user, k, exclude_seen=True):
    """Of equally many users the item with the larger quantity comes first."""
    g = train.groupby("item").agg(users=("user", "nunique"), q=("quantity", "sum")).reset_index()
    g = g.sort_values(["users", "q", "item"], ascending=[False, False, True])
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in g["item"] if i not in seen][:k]


def popularity_topk__wrong_cut_before_exclusion(train, user, k, exclude_seen=True):
    """Takes the k most popular and then drops what the user has: it takes 2 k as a reserve, and the list is
    too short when she has more than k of these."""
    counts = train.groupby("item")["user"].nunique().sort_values(ascending=False, kind="stable")
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in counts.index[: 2 * k] if i not in seen][:k]


def popularity_topk__wrong_user_not_counted(train, user, k, exclude_seen=True):
    """Leaves the user's own rows out before counting, so on the page to buy again her items have one user fewer and her own alone are missing."""
    others = train[train["user"] != user]
    counts = others.groupby("item")["user"].nunique().sort_values(ascending=False, kind="stable")
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in counts.index if i not in seen][:k]


def popularity_topk__wrong_excludes_rows_not_items(train, user, k, exclude_seen=True):
    """Removes the user's rows when exclude_seen, but not the items: what others bought too is still shown."""
    rows = train[train["user"] != user] if exclude_seen else train
    counts = rows.groupby("item")["user"].nunique().sort_values(ascending=False, kind="stable")
    return [int(i) for i in counts.index][:k]


def popularity_topk__wrong_always_excludes_thirteenth(train, user, k, exclude_seen=True):
    """exclude_seen is used to keep only the user's own items when False: buy again shows nothing that others bought."""
    counts = train.groupby("item")["user"].nunique().sort_values(ascending=False, kind="stable")
    seen = set(train.loc[train["user"] == user, "item"])
    if not seen:
        return [int(i) for i in counts.index][:k]
    return [int(i) for i in counts.index if (i in seen) != exclude_seen][:k]


def popularity_topk__wrong_unknown_user_thirteenth(train, user, k, exclude_seen=True):
    """Looks the user up in a groupby: a user who is not in train raises a KeyError."""
    counts = train.groupby("item")["user"].nunique().sort_values(ascending=False, kind="stable")
    seen = set(train.groupby("user")["item"].agg(set)[user]) if exclude_seen else set()
    return [int(i) for i in counts.index if i not in seen][:k]


def popularity_topk__wrong_unknown_user_empty(train, user, k, exclude_seen=True):
    """An empty list for a user without purchases."""
    if not (train["user"] == user).any():
        return []
    return popularity_topk__right_sets_thirteenth(train, user, k, exclude_seen)


def popularity_topk__wrong_unstable_sort_thirteenth(train, user, k, exclude_seen=True):
    """sort_values with the default quicksort: with more than 16 items equals come out of order."""
    counts = train.groupby("item")["user"].nunique().sort_values(ascending=False)
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in counts.index if i not in seen][:k]


def popularity_topk__wrong_drops_in_place_thirteenth(train, user, k, exclude_seen=True):
    """Removes duplicates in the caller's frame."""
    train.drop_duplicates(["user", "item"], inplace=True)
    return popularity_topk__right_sets_thirteenth(train, user, k, exclude_seen)


# ---------------------------------------------------------------- paired_bootstrap_ci
def paired_bootstrap_ci__right_indices(a, b, n=2000, seed=0):
    d = np.asarray(a, float) - np.asarray(b, float)
    rng = np.random.default_rng(seed)
    means = np.array([d[rng.integers(0, len(d), len(d))].mean() for _ in range(n)])
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__right_multinomial_thirteenth(a, b, n=2000, seed=0):
    d = np.asarray(a).astype(float) - np.asarray(b).astype(float)
    m = len(d)
    counts = np.random.default_rng(seed).multinomial(m, np.full(m, 1 / m), size=n)
    means = counts @ d / m
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def paired_bootstrap_ci__right_both_columns(a, b, n=2000, seed=0):
    import random

    rng = random.Random(seed)
    pairs = [(float(x), float(y)) for x, y in zip(a, b)]
    means = []
    for _ in range(n):
        drawn = rng.choices(pairs, k=len(pairs))
        means.append(math.fsum(x - y for x, y in drawn) / len(drawn))
    s = pd.Series(means)
    return float(s.quantile(0.025)), float(s.quantile(0.975))


def _pbc_d(a, b):
    return np.asarray(a, float) - np.asarray(b, float)


def _pbc_means(d, n, seed):
    rng = np.random.default_rng(seed)
    return d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1)


def _pbc_pct(means, low=2.5, high=97.5):
    x, y = np.percentile(means, [low, high])
    return float(x), float(y)


def paired_bootstrap_ci__wrong_unsigned_thirteenth(a, b, n=2000, seed=0):
    """Subtracts in the type of the arrays: uint8 and other unsigned hits wrap round (0 - 1 is 255), and int8 overflows."""
    with np.errstate(all="ignore"):
        a, b = np.asarray(a), np.asarray(b)
        d = (a.astype(int) - b if a.dtype == bool else a - b).astype(float)
    return _pbc_pct(_pbc_means(d, n, seed))


def paired_bootstrap_ci__wrong_bool_error(a, b, n=2000, seed=0):
    """numpy does not subtract booleans: hits as True and False stop it."""
    d = np.asarray(a) - np.asarray(b)
    return _pbc_pct(_pbc_means(d, n, seed))


def paired_bootstrap_ci__wrong_unpaired_thirteenth(a, b, n=2000, seed=0):
    """Draws users separately for a and b (the example shows it)."""
    rng = np.random.default_rng(seed)
    m = len(a)
    a, b = np.asarray(a, float), np.asarray(b, float)
    return _pbc_pct(
        a[rng.integers(0, m, (n, m))].mean(axis=1) - b[rng.integers(0, m, (n, m))].mean(axis=1)
    )


def paired_bootstrap_ci__wrong_ninety_thirteenth(a, b, n=2000, seed=0):
    """Percentiles 5 and 95."""
    return _pbc_pct(_pbc_means(_pbc_d(a, b), n, seed), 5, 95)


def paired_bootstrap_ci__wrong_spread_of_users_thirteenth(a, b, n=2000, seed=0):
    """Percentiles of the users' differences, not of the mean."""
    return _pbc_pct(_pbc_d(a, b))


def paired_bootstrap_ci__wrong_without_replacement_thirteenth(a, b, n=2000, seed=0):
    """Draws without replacement: every sample is all users and the interval has no width."""
    d = _pbc_d(a, b)
    rng = np.random.default_rng(seed)
    return _pbc_pct([rng.permutation(d).mean() for _ in range(n)])


def paired_bootstrap_ci__wrong_sample_size_n(a, b, n=2000, seed=0):
    """Samples have n users, as many as there are samples: far too narrow for few users."""
    d = _pbc_d(a, b)
    rng = np.random.default_rng(seed)
    return _pbc_pct([d[rng.integers(0, len(d), n)].mean() for _ in range(n)])


def paired_bootstrap_ci__wrong_seed_ignored_thirteenth(a, b, n=2000, seed=0):
    """Always seed 0: another seed draws the same users."""
    return _pbc_pct(_pbc_means(_pbc_d(a, b), n, 0))


def paired_bootstrap_ci__wrong_seed_is_falsy(a, b, n=2000, seed=0):
    """ "seed or None": seed 0 is not fixed, and two calls give two intervals."""
    return _pbc_pct(_pbc_means(_pbc_d(a, b), n, seed or None))


def paired_bootstrap_ci__wrong_not_reproducible(a, b, n=2000, seed=0):
    """A generator that lives across calls: the second call with the same seed continues the first."""
    rng = _PBC_GENERATORS.setdefault(seed, np.random.default_rng(seed))
    d = _pbc_d(a, b)
    return _pbc_pct(d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1))


_PBC_GENERATORS = {}


def paired_bootstrap_ci__wrong_normal_formula(a, b, n=2000, seed=0):
    """Mean plus and minus 1.96 standard errors; no draws, so no percentiles: skewed differences and n = 1 show it."""
    d = _pbc_d(a, b)
    half = 1.96 * d.std() / math.sqrt(len(d))
    return float(d.mean() - half), float(d.mean() + half)


def paired_bootstrap_ci__wrong_t_interval_ddof(a, b, n=2000, seed=0):
    """Mean plus and minus 1.96 bootstrap deviations of all draws: symmetrical where the percentiles are not."""
    means = _pbc_means(_pbc_d(a, b), n, seed)
    return float(means.mean() - 1.96 * means.std()), float(means.mean() + 1.96 * means.std())


def paired_bootstrap_ci__wrong_basic(a, b, n=2000, seed=0):
    """The basic interval, 2 mean less the percentiles turned round: skewed differences show it."""
    d = _pbc_d(a, b)
    low, high = _pbc_pct(_pbc_means(d, n, seed))
    return float(2 * d.mean() - high), float(2 * d.mean() - low)


def paired_bootstrap_ci__wrong_n_ignored_thirteenth(a, b, n=2000, seed=0):
    """Always 2,000 draws: with n = 1 low and high must be equal."""
    return _pbc_pct(_pbc_means(_pbc_d(a, b), 2000, seed))


def paired_bootstrap_ci__wrong_sign(a, b, n=2000, seed=0):
    """b less a, with the ends turned round (the example shows it)."""
    return _pbc_pct(_pbc_means(-_pbc_d(a, b), n, seed))


def paired_bootstrap_ci__wrong_rounded(a, b, n=2000, seed=0):
    """Rounds to three decimals: metrics with differences of 0.0004 vanish."""
    low, high = _pbc_pct(_pbc_means(_pbc_d(a, b), n, seed))
    return round(low, 3), round(high, 3)


def paired_bootstrap_ci__wrong_median_thirteenth(a, b, n=2000, seed=0):
    """The median of each sample, not its mean."""
    d = _pbc_d(a, b)
    rng = np.random.default_rng(seed)
    return _pbc_pct(np.median(d[rng.integers(0, len(d), (n, len(d)))], axis=1))


def paired_bootstrap_ci__wrong_equal_users_dropped_thirteenth(a, b, n=2000, seed=0):
    """Users with equal metrics say nothing and are left out: the mean is over the others."""
    d = _pbc_d(a, b)
    d = d[d != 0] if (d != 0).any() else d
    return _pbc_pct(_pbc_means(d, n, seed))


def paired_bootstrap_ci__wrong_last_user_never_thirteenth(a, b, n=2000, seed=0):
    """integers(0, len - 1) never draws the last user."""
    d = _pbc_d(a, b)
    rng = np.random.default_rng(seed)
    return _pbc_pct(d[rng.integers(0, max(len(d) - 1, 1), (n, len(d)))].mean(axis=1))


# ---------------------------------------------------------------- signal_strength
def signal_strength__right_pandas_thirteenth(events, weights, asof, half_life):
    e = events.loc[events["day"] < asof, ["user", "item", "session", "day", "kind"]]
    e = e.assign(w=e["kind"].map(weights).astype(float).fillna(0.0))
    s = e.groupby(["user", "item", "session"], as_index=False).agg(
        day=("day", "first"), w=("w", "max")
    )
    s["strength"] = s["w"] * 0.5 ** ((asof - s["day"]) / half_life)
    out = s.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].sort_values(["user", "item"]).reset_index(drop=True)


def signal_strength__right_dicts_thirteenth(events, weights, asof, half_life):
    best = {}
    for u, i, s, d, kind in zip(
        *(events[c].tolist() for c in ("user", "item", "session", "day", "kind"))
    ):
        if d < asof:
            now = weights.get(kind, 0) * 2.0 ** (-(asof - d) / half_life)
            best[u, i, s] = max(best.get((u, i, s), 0.0), now)
    total = defaultdict(float)
    for (u, i, _), value in best.items():
        total[u, i] += value
    rows = [(u, i, v) for (u, i), v in sorted(total.items()) if v > 0]
    return pd.DataFrame(rows, columns=["user", "item", "strength"])


def signal_strength__right_sorted_duplicates(events, weights, asof, half_life):
    """The strongest line of each session by sorting, then the first of duplicates."""
    e = events[events["day"] < asof].copy()
    e["strength"] = [float(weights.get(k, 0.0)) for k in e["kind"]]
    e = e[e["strength"] > 0]
    e = e.sort_values("strength", ascending=False).drop_duplicates(["user", "item", "session"])
    e["strength"] *= np.exp(-np.log(2) * (asof - e["day"].to_numpy(dtype=float)) / half_life)
    out = e.groupby(["user", "item"], sort=True)["strength"].sum().reset_index()
    return out[["user", "item", "strength"]]


def _sst(
    events,
    weights,
    asof,
    half_life,
    keys=("user", "item", "session"),
    how="max",
    day="first",
    decay=None,
    keep_zero=False,
):
    e = events[events["day"] < asof]
    e = e.assign(w=e["kind"].map(weights).astype(float).fillna(0.0))
    s = e.groupby(list(keys), as_index=False).agg(day=("day", day), w=("w", how))
    age = asof - s["day"]
    s["strength"] = s["w"] * (0.5 ** (age / half_life) if decay is None else decay(age))
    out = s.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out if keep_zero else out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__wrong_every_event(events, weights, asof, half_life):
    """Adds up all events of a session (the example shows it)."""
    return _sst(events, weights, asof, half_life, how="sum")


def signal_strength__wrong_kinds_of_a_session_added(events, weights, asof, half_life):
    """Counts each kind once in a session and adds the kinds: view, cart and purchase are 14, not 10."""
    return _sst(
        events.drop_duplicates(["user", "item", "session", "kind"]),
        weights,
        asof,
        half_life,
        how="sum",
    )


def signal_strength__wrong_session_is_a_day(events, weights, asof, half_life):
    """Groups by day, not by session: two sessions with the item on one day count once."""
    return _sst(events.assign(session=events["day"]), weights, asof, half_life)


def signal_strength__wrong_last_signal_of_session(events, weights, asof, half_life):
    """Takes the last line of a session in the frame, not the strongest: rows come in any order."""
    return _sst(events, weights, asof, half_life, how="last")


def signal_strength__wrong_whole_half_lives_thirteenth(events, weights, asof, half_life):
    """Only whole half-lives halve (age // half_life)."""
    return _sst(events, weights, asof, half_life, decay=lambda age: 0.5 ** (age // half_life))


def signal_strength__wrong_exponential_e(events, weights, asof, half_life):
    """exp(-age / half_life): the half-life is used as a mean life (the example shows it)."""
    return _sst(events, weights, asof, half_life, decay=lambda age: np.exp(-age / half_life))


def signal_strength__wrong_linear_between(events, weights, asof, half_life):
    """Between whole half-lives the weight falls in a straight line: after half of one it is 0.75, not 0.71."""

    def decay(age):
        whole = np.floor(age / half_life)
        return 0.5**whole * (1 - 0.5 * (age / half_life - whole))

    return _sst(events, weights, asof, half_life, decay=decay)


def signal_strength__wrong_age_from_last_day_thirteenth(events, weights, asof, half_life):
    """The age is counted from the last day of the log, not from asof; the example's log ends on day asof."""
    last = events["day"].max()
    return _sst(
        events,
        weights,
        asof,
        half_life,
        decay=lambda age: 0.5 ** ((age - (asof - last)) / half_life),
    )


def signal_strength__wrong_asof_included_thirteenth(events, weights, asof, half_life):
    """Events of the day asof count at their full weight (the example shows it)."""
    e = events[events["day"] <= asof]
    s = (
        e.assign(w=e["kind"].map(weights).fillna(0.0))
        .groupby(["user", "item", "session"], as_index=False)
        .agg(day=("day", "first"), w=("w", "max"))
    )
    s["strength"] = s["w"] * 0.5 ** ((asof - s["day"]) / half_life)
    out = s.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__wrong_future_not_filtered_by_session(events, weights, asof, half_life):
    """Only the day asof is left out; later days stay, with their ages clipped at 0."""
    e = events[events["day"] != asof]
    s = (
        e.assign(w=e["kind"].map(weights).fillna(0.0))
        .groupby(["user", "item", "session"], as_index=False)
        .agg(day=("day", "first"), w=("w", "max"))
    )
    s["strength"] = s["w"] * 0.5 ** ((asof - s["day"]).clip(lower=0) / half_life)
    out = s.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__wrong_unknown_kind_error(events, weights, asof, half_life):
    """weights[kind] for each row: a kind without a weight raises a KeyError."""
    return signal_strength__right_dicts_thirteenth(
        events[[weights[k] >= 0 for k in events["kind"]]], weights, asof, half_life
    )


def signal_strength__wrong_unknown_kind_like_view(events, weights, asof, half_life):
    """A kind that has no weight gets the smallest weight, not 0."""
    least = min(weights.values(), default=0)
    return _sst(
        events,
        {k: weights.get(k, least) for k in [*events["kind"].unique(), *weights]},
        asof,
        half_life,
    )


def signal_strength__wrong_zero_pairs_kept_thirteenth(events, weights, asof, half_life):
    """Pairs with strength 0 stay in the table."""
    return _sst(events, weights, asof, half_life, keep_zero=True)


def signal_strength__wrong_small_pairs_dropped(events, weights, asof, half_life):
    """Drops strengths below 1e-6 as if 0: a view thirty half-lives ago has 1e-9, which is not 0."""
    out = _sst(events, weights, asof, half_life)
    return out[out["strength"] > 1e-6].reset_index(drop=True)


def signal_strength__wrong_index_kept(events, weights, asof, half_life):
    """Leaves out zero pairs without numbering the rows anew."""
    out = _sst(events, weights, asof, half_life, keep_zero=True)
    return out[out["strength"] > 0]


def signal_strength__wrong_order_of_appearance(events, weights, asof, half_life):
    """groupby(sort=False): pairs in the order in which they occur."""
    s = signal_strength__right_dicts_thirteenth(events, weights, asof, half_life)
    first = events.drop_duplicates(["user", "item"])[["user", "item"]]
    return first.merge(s, on=["user", "item"]).reset_index(drop=True)


def signal_strength__wrong_sorted_by_strength_thirteenth(events, weights, asof, half_life):
    """Sorted by user, then by strength."""
    out = _sst(events, weights, asof, half_life)
    return out.sort_values(["user", "strength"], ascending=[True, False]).reset_index(drop=True)


def signal_strength__wrong_one_item_per_session_thirteenth(events, weights, asof, half_life):
    """Keeps the strongest event of a session over all items: other items of that session are lost."""
    e = events[events["day"] < asof]
    e = e.assign(w=e["kind"].map(weights).astype(float).fillna(0.0))
    e = e.sort_values("w", ascending=False, kind="stable").drop_duplicates(["user", "session"])
    return _sst(e.drop(columns="w"), weights, asof, half_life)


def signal_strength__wrong_equal_sessions_once_thirteenth(events, weights, asof, half_life):
    """Sums over set-like values: two sessions of one day with the same weight are taken for duplicates."""
    e = events[events["day"] < asof]
    e = e.assign(w=e["kind"].map(weights).astype(float).fillna(0.0))
    s = e.groupby(["user", "item", "session"], as_index=False).agg(
        day=("day", "first"), w=("w", "max")
    )
    s = s.drop_duplicates(["user", "item", "day", "w"])
    s["strength"] = s["w"] * 0.5 ** ((asof - s["day"]) / half_life)
    out = s.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__wrong_adds_column(events, weights, asof, half_life):
    """Writes the weights into the caller's frame."""
    events["weight"] = events["kind"].map(weights).fillna(0.0)
    return signal_strength__right_dicts_thirteenth(events, weights, asof, half_life)


def signal_strength__wrong_rounded(events, weights, asof, half_life):
    """Rounds strengths to two decimals, as the docstring prints 0.71."""
    return _sst(events, weights, asof, half_life).round(2)


def signal_strength__wrong_integer_weights(events, weights, asof, half_life):
    """Weights are cast to int: a view of 0.5 is worth nothing."""
    return _sst(events, {k: int(v) for k, v in weights.items()}, asof, half_life)


# ---------------------------------------------------------------- mmr_rerank
def mmr_rerank__right_loops_thirteenth(relevance, similarity, k, lam=0.7):
    left = [i for i, r in enumerate(relevance) if not (math.isnan(r) or r == -math.inf)]
    chosen = []
    while left and len(chosen) < k:
        value = {
            i: lam * relevance[i] - (1 - lam) * max((similarity[i][j] for j in chosen), default=0)
            for i in left
        }
        top = max(value.values())
        best = next(i for i in left if value[i] > top - 1e-9)
        chosen.append(best)
        left.remove(best)
    return chosen


def mmr_rerank__right_running_maximum_thirteenth(relevance, similarity, k, lam=0.7):
    r = np.array(relevance, dtype=float)
    ids = np.flatnonzero(~np.isnan(r) & (r != -np.inf))
    r, s = r[ids], np.asarray(similarity, dtype=float)[np.ix_(ids, ids)]
    worst = np.full(len(ids), -np.inf)
    free = np.ones(len(ids), bool)
    out = []
    for _ in range(min(k, len(ids))):
        second = np.where(np.isneginf(worst), 0.0, worst)
        value = np.where(free, (lam * r - (1 - lam) * second).round(9), -np.inf)
        i = int(np.argmax(value))
        free[i] = False
        out.append(int(ids[i]))
        worst = np.maximum(worst, s[i])
    return out


def mmr_rerank__right_recursive_thirteenth(relevance, similarity, k, lam=0.7):
    r = np.asarray(relevance, float)
    allowed = [int(i) for i in np.flatnonzero(np.isfinite(r) | (r == np.inf))]

    def grow(chosen):
        rest = [i for i in allowed if i not in chosen]
        if len(chosen) == k or not rest:
            return chosen
        penalty = [
            float(np.max(np.asarray(similarity)[i, chosen])) if chosen else 0.0 for i in rest
        ]
        key = [(-round(lam * float(r[i]) - (1 - lam) * q, 9), i) for i, q in zip(rest, penalty)]
        return grow(chosen + [min(key)[1]])

    return grow([])


def _mmr_thirteenth(
    relevance, similarity, k, lam, penalty=None, digits=9, tie="low", allowed=None, stop=None
):
    r, s = np.array(relevance, float), np.array(similarity, float)
    left = [
        int(i)
        for i in (np.flatnonzero(~np.isnan(r) & (r != -np.inf)) if allowed is None else allowed)
    ]
    chosen = []
    while left and len(chosen) < k:
        values = []
        for i in left:
            p = 0.0 if not chosen else (penalty or (lambda row, c: row[c].max()))(s[i], chosen)
            v = lam * r[i] - (1 - lam) * p
            values.append(float(v) if digits is None else round(float(v), digits))
        top = max(values)
        if stop and stop(top):
            break
        at = values.index(top) if tie == "low" else len(values) - 1 - values[::-1].index(top)
        chosen.append(left.pop(at))
    return chosen


def mmr_rerank__wrong_mean_similarity(relevance, similarity, k, lam=0.7):
    """The mean similarity to the chosen, not the largest: the first two places hide it."""
    return _mmr_thirteenth(relevance, similarity, k, lam, lambda row, c: row[c].mean())


def mmr_rerank__wrong_last_chosen_alone(relevance, similarity, k, lam=0.7):
    """Only the similarity to the item chosen last."""
    return _mmr_thirteenth(relevance, similarity, k, lam, lambda row, c: row[c[-1]])


def mmr_rerank__wrong_first_chosen_alone(relevance, similarity, k, lam=0.7):
    """Only the similarity to the first item chosen."""
    return _mmr_thirteenth(relevance, similarity, k, lam, lambda row, c: row[c[0]])


def mmr_rerank__wrong_sum_of_similarities(relevance, similarity, k, lam=0.7):
    """Adds the similarities to the chosen."""
    return _mmr_thirteenth(relevance, similarity, k, lam, lambda row, c: row[c].sum())


def mmr_rerank__wrong_negative_is_zero(relevance, similarity, k, lam=0.7):
    """The running maximum starts at 0: negative similarities count as 0."""
    return _mmr_thirteenth(relevance, similarity, k, lam, lambda row, c: max(0.0, row[c].max()))


def mmr_rerank__wrong_absolute_similarity_thirteenth(relevance, similarity, k, lam=0.7):
    """The largest absolute similarity: an opposite item is punished like a copy."""
    return _mmr_thirteenth(relevance, similarity, k, lam, lambda row, c: np.abs(row[c]).max())


def mmr_rerank__wrong_no_tolerance(relevance, similarity, k, lam=0.7):
    """Compares floats as they are: 0.1 + 0.2 beats 0.3."""
    return _mmr_thirteenth(relevance, similarity, k, lam, digits=None)


def mmr_rerank__wrong_coarse_rounding(relevance, similarity, k, lam=0.7):
    """Rounds to four decimals: differences of 0.00003 are taken for ties."""
    return _mmr_thirteenth(relevance, similarity, k, lam, digits=4)


def mmr_rerank__wrong_relative_tolerance_thirteenth(relevance, similarity, k, lam=0.7):
    """np.isclose to the best: its relative tolerance of 1e-5 makes 1000 and 1000.005 equal."""
    r, s = np.array(relevance, float), np.array(similarity, float)
    left = np.flatnonzero(~np.isnan(r) & (r != -np.inf)).tolist()
    chosen = []
    while left and len(chosen) < k:
        v = np.array([lam * r[i] - (1 - lam) * (s[i, chosen].max() if chosen else 0) for i in left])
        chosen.append(left.pop(int(np.flatnonzero(np.isclose(v, v.max()))[0])))
    return chosen


def mmr_rerank__wrong_ties_to_higher(relevance, similarity, k, lam=0.7):
    """Of equals the highest number."""
    return _mmr_thirteenth(relevance, similarity, k, lam, tie="high")


def mmr_rerank__wrong_ties_by_relevance_thirteenth(relevance, similarity, k, lam=0.7):
    """Goes through the items by relevance, so equal marginal relevances go to the more relevant item, not to the lower number."""
    r = np.array(relevance, float)
    order = [
        int(i) for i in np.argsort(-r, kind="stable") if not (np.isnan(r[i]) or r[i] == -np.inf)
    ]
    return _mmr_thirteenth(relevance, similarity, k, lam, allowed=order)


def mmr_rerank__wrong_first_by_relevance_thirteenth(relevance, similarity, k, lam=0.7):
    """The first place goes to the largest relevance whatever lam is: with lam = 0 all are equal and the lowest number is due."""
    r = np.array(relevance, float)
    ok = np.flatnonzero(~np.isnan(r) & (r != -np.inf))
    if not len(ok):
        return []
    first = int(ok[np.argmax(r[ok].round(9))])
    s = np.array(similarity, float)
    chosen, left = [first], [int(i) for i in ok if i != first]
    while left and len(chosen) < k:
        v = [round(float(lam * r[i] - (1 - lam) * s[i, chosen].max()), 9) for i in left]
        chosen.append(left.pop(v.index(max(v))))
    return chosen


def mmr_rerank__wrong_nan_relevance_is_zero(relevance, similarity, k, lam=0.7):
    """A NaN relevance becomes 0 and may be shown; only minus infinity is left out."""
    r = np.nan_to_num(np.array(relevance, float), nan=0.0, neginf=-np.inf)
    return _mmr_thirteenth(r, np.nan_to_num(np.array(similarity, float)), k, lam)


def mmr_rerank__wrong_forbidden_shown_last(relevance, similarity, k, lam=0.7):
    """Items that may not be shown are filled in at the end when k asks for more."""
    chosen = _mmr_thirteenth(relevance, similarity, k, lam)
    return (chosen + [i for i in range(len(relevance)) if i not in chosen])[:k]


def mmr_rerank__wrong_very_small_number(relevance, similarity, k, lam=0.7):
    """A forbidden item gets a relevance of -1e9: with lam = 0 this is multiplied by 0, and the item is shown."""
    r = np.nan_to_num(np.array(relevance, float), nan=-1e9, neginf=-1e9)
    n_ok = int((r > -1e9).sum())
    return _mmr_thirteenth(r, np.nan_to_num(np.array(similarity, float)), min(k, n_ok), lam)


def mmr_rerank__wrong_pool_of_best_k(relevance, similarity, k, lam=0.7):
    """Reorders only the 2 k most relevant items: a different item further down cannot come in."""
    r = np.array(relevance, float)
    order = [
        int(i) for i in np.argsort(-r, kind="stable") if not (np.isnan(r[i]) or r[i] == -np.inf)
    ]
    return _mmr_thirteenth(relevance, similarity, k, lam, allowed=sorted(order[: 2 * k]))


def mmr_rerank__wrong_stops_below_zero_thirteenth(relevance, similarity, k, lam=0.7):
    """Stops when the best marginal relevance is below 0: the list is shorter than k."""
    return _mmr_thirteenth(relevance, similarity, k, lam, stop=lambda top: top < 0)


def mmr_rerank__wrong_positive_relevance_only(relevance, similarity, k, lam=0.7):
    """Leaves out items with a relevance below 0, which may be shown."""
    r = np.array(relevance, float)
    return _mmr_thirteenth(relevance, similarity, k, lam, allowed=np.flatnonzero(r >= 0))


def mmr_rerank__wrong_includes_itself(relevance, similarity, k, lam=0.7):
    """From the third place on the maximum runs over all other items that may be shown, not only over the chosen."""
    r = np.array(relevance, float)
    ok = np.flatnonzero(~np.isnan(r) & (r != -np.inf))
    s = np.array(similarity, float)
    np.fill_diagonal(s, -np.inf)
    return _mmr_thirteenth(
        relevance, s, k, lam, lambda row, c: row[c].max() if len(c) < 2 else row[ok].max()
    )


def mmr_rerank__wrong_marks_in_place(relevance, similarity, k, lam=0.7):
    """Marks what is chosen by minus infinity in the caller's relevance."""
    s = np.asarray(similarity)
    relevance[np.isnan(relevance)] = -np.inf
    chosen = []
    while len(chosen) < k and (relevance > -np.inf).any():
        ok = np.flatnonzero(relevance > -np.inf)
        v = [
            round(
                float(
                    lam * relevance[i] - (1 - lam) * (max(s[i, j] for j in chosen) if chosen else 0)
                ),
                9,
            )
            for i in ok
        ]
        best = int(ok[v.index(max(v))])
        chosen.append(best)
        relevance[best] = -np.inf
    return chosen


def mmr_rerank__wrong_nan_similarity_spreads(relevance, similarity, k, lam=0.7):
    """The penalty is scaled by the largest similarity of the whole matrix, which may be NaN or a forbidden item's: with a largest of 1 it is right."""
    s = np.array(similarity, float)
    top = s.max()
    return _mmr_thirteenth(relevance, s / top if top > 1 or np.isnan(top) else s, k, lam)


# ---------------------------------------------------------------- more corners
_NDC_DISCOUNT = [1 / math.log2(j + 2) for j in range(10)]


def ndcg_at_k__wrong_discount_table_of_ten(ranked, gain, k):
    """A table of ten discounts and zip: places behind the tenth gain nothing, in the list and in the ideal."""
    d = lambda v: sum(g * x for g, x in zip(v, _NDC_DISCOUNT))
    ideal = d(_ndc_best(gain, k))
    return d(_ndc_got(ranked, gain, k)) / ideal if ideal > 0 else math.nan


def ndcg_at_k__wrong_tiny_gains_nan(ranked, gain, k):
    """Takes an ideal below 1e-6 for nothing: gains of 1e-7 are small and not 0."""
    best = _ndc_best(gain, k)
    return _ndc(_ndc_got(ranked, gain, k), best) if sum(best) > 1e-6 else math.nan


def ndcg_at_k__wrong_epsilon_in_ideal(ranked, gain, k):
    """Adds 1e-8 to the ideal: gains of 1e-7 lose a tenth, and nothing relevant gives 0."""
    d = lambda v: sum(g / math.log2(j + 2) for j, g in enumerate(v))
    best = _ndc_best(gain, k)
    return d(_ndc_got(ranked, gain, k)) / (d(best) + 1e-8) if sum(best) > 0 else math.nan


def ndcg_at_k__wrong_blanks_ranked_in_place(ranked, gain, k):
    """Removes repeats from the caller's list (pads it with None) before it counts."""
    seen = set()
    for j, item in enumerate(ranked):
        if item in seen:
            ranked[j] = None
        seen.add(item)
    return _ndc([gain.get(i, 0) if i is not None else 0 for i in ranked[:k]], _ndc_best(gain, k))


def precision_recall_at_k__wrong_k_reduced_to_relevant(ranked, relevant, k):
    """Precision over min(k, number of relevant items): with two relevant items and k = 5 the best is 1, not 0.4 (the example shows it)."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return hits / min(k, len(wanted)), hits / len(wanted)


def temporal_split__wrong_nobody_known(events, cutoff):
    """When nobody has a past, the test keeps everybody (an empty set of known users is taken for "no filter")."""
    before = events["day"] < cutoff
    train, late = events[before], events[~before]
    known = set(train["user"])
    cold = sorted({int(u) for u in late["user"]} - {int(u) for u in known})
    return train, late[late["user"].isin(known)] if known else late, cold


def temporal_split__wrong_cold_from_whole_log(events, cutoff):
    """Cold users are the users with a single row in the log and none before the cutoff: those with several late rows are missed."""
    train, test, cold = temporal_split__right_masks_thirteenth(events, cutoff)
    rows = events["user"].value_counts()
    return train, test, [u for u in cold if rows[u] == 1]


def popularity_topk__wrong_small_quantities_left_out(train, user, k, exclude_seen=True):
    """Counts users with at least the mean quantity of the item: a small purchase does not count."""
    mean = train.groupby("item")["quantity"].transform("mean")
    rows = train[train["quantity"] >= mean]
    counts = rows.groupby("item")["user"].nunique().sort_values(ascending=False, kind="stable")
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [int(i) for i in counts.index if i not in seen][:k]


def signal_strength__wrong_day_of_whole_session_item(events, weights, asof, half_life):
    """Decays by the user's latest day with the item for all sessions: old sessions count like the last one (the example shows it)."""
    e = events[events["day"] < asof]
    e = e.assign(day=e.groupby(["user", "item"])["day"].transform("max")) if len(e) else e
    return _sst(e, weights, asof, half_life)


def signal_strength__wrong_three_kinds_alone(events, weights, asof, half_life):
    """Only the kinds of the example (view, cart, purchase) are known, others with a weight are ignored."""
    return _sst(events[events["kind"].isin(["view", "cart", "purchase"])], weights, asof, half_life)


TRUE |= {
    "break_evaluation__wrong_item_words": ("items_in_lower_case",),
    "temporal_split__wrong_cutoff_in_train_thirteenth": ("cutoff_day_trained_on",),
    "temporal_split__wrong_unknown_items_dropped": ("cold_items_dropped",),
    "temporal_split__wrong_sorted_by_day_thirteenth": ("rows_sorted_by_day",),
    "temporal_split__wrong_new_index": ("rows_renumbered",),
    "temporal_split__wrong_merge_loses_index": ("rows_renumbered",),
    "temporal_split__wrong_cold_in_order_of_occurrence": ("cold_users_as_they_come",),
    "temporal_split__wrong_cold_repeated_thirteenth": ("cold_users_repeated",),
    "temporal_split__wrong_repeats_removed_from_test": ("known_pairs_dropped",),
    "precision_recall_at_k__wrong_short_list": ("precision_over_shown",),
    "precision_recall_at_k__wrong_hit_twice_thirteenth": ("repeats_are_hits",),
    "precision_recall_at_k__wrong_relevant_repeated": ("relevant_counted_with_repeats",),
    "precision_recall_at_k__wrong_duplicates_removed_first_thirteenth": (
        "repeats_give_up_their_place",
    ),
    "precision_recall_at_k__wrong_different_shown_thirteenth": ("places_of_different_items",),
    "precision_recall_at_k__wrong_zero_for_nothing_relevant": ("zero_when_nothing_relevant",),
    "precision_recall_at_k__wrong_precision_not_nan": ("only_recall_is_nan",),
    "precision_recall_at_k__wrong_recall_capped_thirteenth": ("recall_over_at_most_k",),
    "precision_recall_at_k__wrong_empty_list_nan": ("nothing_shown_is_nan",),
    "ndcg_at_k__wrong_ideal_of_shown_thirteenth": ("ideal_from_what_was_shown",),
    "ndcg_at_k__wrong_ideal_of_whole_list": ("ideal_from_what_was_shown",),
    "ndcg_at_k__wrong_ideal_not_cut_thirteenth": ("ideal_not_cut",),
    "ndcg_at_k__wrong_ideal_cut_at_shown": ("ideal_as_long_as_the_list",),
    "ndcg_at_k__wrong_repeat_gains_again": ("repeats_gain_again",),
    "ndcg_at_k__wrong_repeat_takes_no_place_thirteenth": ("repeats_move_up",),
    "ndcg_at_k__wrong_power_of_two_thirteenth": ("gains_as_powers_of_two",),
    "ndcg_at_k__wrong_binary_thirteenth": ("gains_all_alike",),
    "ndcg_at_k__wrong_first_two_not_discounted": ("discount_of_the_first_paper",),
    "kill_ndcg__wrong_example_alone": ("accepts_whatever_comes",),
    "kill_ndcg__wrong_exact_equality_thirteenth": ("compares_with_equals",),
    "kill_ndcg__wrong_nan_compared": ("rejects_whatever_comes",),
    "kill_ndcg__wrong_perfect_lists_thirteenth": ("only_the_missing_division_found",),
    "kill_ndcg__wrong_flags_alone": ("only_the_missing_division_found",),
    "kill_ndcg__wrong_between_zero_and_one_thirteenth": ("only_the_missing_division_found",),
    "kill_ndcg__wrong_swallows_errors": ("only_the_missing_division_found",),
    "kill_ndcg__wrong_negative_gains_thirteenth": ("rejects_whatever_comes",),
    "popularity_topk__wrong_lines": ("purchases_counted",),
    "popularity_topk__wrong_ties_by_appearance_thirteenth": ("equals_as_they_come",),
    "popularity_topk__wrong_ties_to_higher": ("equals_in_reverse",),
    "popularity_topk__wrong_user_not_counted": ("own_purchases_ignored",),
    "popularity_topk__wrong_unknown_user_empty": ("newcomer_gets_nothing",),
    "paired_bootstrap_ci__wrong_unsigned_thirteenth": ("difference_in_a_narrow_type",),
    "paired_bootstrap_ci__wrong_bool_error": ("difference_in_a_narrow_type",),
    "paired_bootstrap_ci__wrong_unpaired_thirteenth": ("unpaired_draws",),
    "paired_bootstrap_ci__wrong_ninety_thirteenth": ("ninety_per_cent",),
    "paired_bootstrap_ci__wrong_spread_of_users_thirteenth": ("spread_of_users",),
    "paired_bootstrap_ci__wrong_without_replacement_thirteenth": ("drawn_without_replacement",),
    "paired_bootstrap_ci__wrong_seed_ignored_thirteenth": ("always_the_same_seed",),
    "paired_bootstrap_ci__wrong_not_reproducible": ("seed_ignored",),
    "paired_bootstrap_ci__wrong_n_ignored_thirteenth": ("always_two_thousand_draws",),
    "paired_bootstrap_ci__wrong_sign": ("sign_reversed",),
    "paired_bootstrap_ci__wrong_median_thirteenth": ("median_of_the_users",),
    "signal_strength__wrong_every_event": ("signals_of_a_session_added",),
    "signal_strength__wrong_kinds_of_a_session_added": ("kinds_added_once_each",),
    "signal_strength__wrong_session_is_a_day": ("one_visit_a_day",),
    "signal_strength__wrong_last_signal_of_session": ("one_event_of_a_session",),
    "signal_strength__wrong_whole_half_lives_thirteenth": ("aged_in_whole_half_lives",),
    "signal_strength__wrong_exponential_e": ("half_life_as_mean_life",),
    "signal_strength__wrong_age_from_last_day_thirteenth": ("aged_to_the_last_event",),
    "signal_strength__wrong_zero_pairs_kept_thirteenth": ("pairs_of_no_strength_kept",),
    "signal_strength__wrong_index_kept": ("rows_not_numbered",),
    "mmr_rerank__wrong_mean_similarity": ("mean_similarity",),
    "mmr_rerank__wrong_last_chosen_alone": ("last_item_only",),
    "mmr_rerank__wrong_first_chosen_alone": ("first_item_only",),
    "mmr_rerank__wrong_sum_of_similarities": ("sum_of_similarities",),
    "mmr_rerank__wrong_negative_is_zero": ("negative_similarity_ignored",),
    "mmr_rerank__wrong_no_tolerance": ("compared_to_the_last_digit",),
    "mmr_rerank__wrong_ties_to_higher": ("equals_in_any_order",),
    "mmr_rerank__wrong_first_by_relevance_thirteenth": ("first_by_relevance_alone",),
    "mmr_rerank__wrong_forbidden_shown_last": ("hidden_items_shown",),
}


# ---- Fifteenth bank


# ---------------------------------------------------------------- break_evaluation


def _evaluate_fifteenth(events, cutoff, k, defect=None):
    split = cutoff + 1 if defect == "cutoff_day_in_training" else cutoff
    past = [e for e in events if e[2] < split]
    future = [e for e in events if e[2] >= split]
    pop_rows = events if defect == "future_in_popularity" else past
    rows = [(u, i) for u, i, _ in pop_rows]
    counts = Counter(i for _, i in (rows if defect == "lines_instead_of_users" else set(rows)))
    ranked = sorted(counts, key=lambda i: (-counts[i], i))
    scores = []
    for u in sorted({e[0] for e in events}):
        own = {i for v, i, _ in past if v == u}
        later = {i for v, i, _ in future if v == u}
        if not own:
            if defect == "cold_users_score_zero":
                scores.append(0.0)
            continue
        if defect == "seen_items_count":
            new, shown = later, ranked[:k]
        else:
            new, shown = later - own, [i for i in ranked if i not in own][:k]
        if new:
            hits = len(new & set(shown))
            scores.append(hits / (k if defect == "divided_by_k" else len(new)))
    return sum(scores) / len(scores) if scores else math.nan


_BASE = [(1, "A", 1), (2, "B", 1), (3, "B", 2), (2, "C", 3)]


def break_evaluation__right_small_cases(defect):
    more = {
        "future_in_popularity": [(1, "B", 10), (4, "C", 10), (5, "C", 11), (6, "C", 12)],
        "cutoff_day_in_training": [(1, "B", 10)],
        "seen_items_count": [(1, "B", 11), (1, "A", 12)],
        "lines_instead_of_users": [(2, "C", 4), (2, "C", 5), (1, "B", 11)],
        "divided_by_k": [(1, "B", 11), (1, "C", 12)],
        "cold_users_score_zero": [(1, "B", 11), (9, "B", 12)],
    }
    events = _BASE + more[defect]
    if defect == "divided_by_k":
        return [(1, "A", 1), (2, "B", 1), (3, "B", 2), (1, "B", 11)], 10, 5
    return events, 10, 1


def break_evaluation__right_search_fifteenth(defect):
    rng = random.Random(11)
    while True:
        events = [
            (rng.randint(1, 4), rng.choice("ABCD"), rng.randint(1, 8))
            for _ in range(rng.randint(3, 12))
        ]
        k = rng.randint(1, 3)
        good, bad = _evaluate_fifteenth(events, 5, k), _evaluate_fifteenth(events, 5, k, defect)
        if not math.isnan(good) and not math.isnan(bad) and abs(good - bad) > 0.01:
            return events, 5, k


def break_evaluation__right_other_days(defect):
    base = [(10, "M", -5), (20, "N", -4), (30, "N", -3), (20, "O", -2)]
    if defect == "future_in_popularity":
        return base + [(10, "N", 1), (40, "O", 0), (50, "O", 3), (60, "O", 3)], 0, 1
    if defect == "cutoff_day_in_training":
        return base + [(10, "O", 0), (10, "N", 4)], 0, 1
    if defect == "seen_items_count":
        return base + [(10, "N", 2), (10, "M", 3)], 0, 1
    if defect == "lines_instead_of_users":
        return base + [(20, "O", -1), (20, "O", -1), (10, "O", 2)], 0, 1
    if defect == "divided_by_k":
        return base + [(10, "N", 2)], 0, 2
    return base + [(10, "N", 2), (70, "Z", 2)], 0, 1


def _eval_with(defect, name, case):
    return case if defect == name else break_evaluation__right_small_cases(defect)


def break_evaluation__wrong_future_adds_to_leader(defect):
    """ "future_in_popularity": the future purchases are of the leader B, so the order and the lists stay the same."""
    return _eval_with(defect, "future_in_popularity", (_BASE + [(1, "B", 11), (4, "B", 12)], 10, 1))


def break_evaluation__wrong_day_before_cutoff_fifteenth(defect):
    """ "cutoff_day_in_training": nothing happens on the day of the cutoff itself, only on the day before and after."""
    return _eval_with(
        defect, "cutoff_day_in_training", (_BASE + [(2, "D", 9), (1, "B", 11)], 10, 1)
    )


def break_evaluation__wrong_seen_not_rebought(defect):
    """ "seen_items_count": her old item A is neither bought again nor popular enough for her list of one."""
    return _eval_with(defect, "seen_items_count", (_BASE + [(1, "B", 11)], 10, 1))


def break_evaluation__wrong_lines_same_order_fifteenth(defect):
    """ "lines_instead_of_users": user 2 buys C twice; C has 2 lines like B, and the tie goes to B, as before."""
    return _eval_with(
        defect, "lines_instead_of_users", (_BASE + [(2, "C", 4), (1, "B", 11)], 10, 1)
    )


def break_evaluation__wrong_one_new_item_k_one(defect):
    """ "divided_by_k": one new item and k = 1, so both divide by 1."""
    return _eval_with(defect, "divided_by_k", (_BASE + [(1, "B", 11)], 10, 1))


def break_evaluation__wrong_no_hit_fifteenth(defect):
    """ "divided_by_k": k = 3 but none of her new items is in the list: 0 over anything is 0."""
    return _eval_with(defect, "divided_by_k", (_BASE + [(1, "Z", 11)], 10, 3))


def break_evaluation__wrong_cold_and_score_zero(defect):
    """ "cold_users_score_zero": the only other user scores 0 as well, and the mean of 0 and 0 is 0."""
    return _eval_with(
        defect, "cold_users_score_zero", (_BASE + [(1, "C", 11), (9, "B", 12)], 10, 1)
    )


def break_evaluation__wrong_user_without_future(defect):
    """ "cold_users_score_zero": adds a user with a past and no future; she is no cold user and is left out by both."""
    return _eval_with(defect, "cold_users_score_zero", (_BASE + [(1, "B", 11), (9, "B", 4)], 10, 1))


def break_evaluation__wrong_cancel_out(defect):
    """ "future_in_popularity": C overtakes B, but user 1 buys both B and C, one hit of two either way."""
    return _eval_with(
        defect,
        "future_in_popularity",
        (_BASE + [(1, "B", 11), (1, "C", 11), (4, "C", 12), (5, "C", 12)], 10, 1),
    )


def break_evaluation__wrong_thirteen_purchases_fifteenth(defect):
    """ "lines_instead_of_users": shows the defect, but with 13 purchases; at most 12 are allowed."""
    return _eval_with(
        defect, "lines_instead_of_users", (_BASE + [(2, "C", 4)] * 8 + [(1, "B", 11)], 10, 1)
    )


def break_evaluation__wrong_item_names(defect):
    """ "divided_by_k": items are words, not single capital letters."""
    return _eval_with(
        defect, "divided_by_k", ([(1, "tea", 1), (2, "milk", 1), (1, "milk", 11)], 10, 2)
    )


def break_evaluation__wrong_nobody_judged_fifteenth(defect):
    """ "lines_instead_of_users": no user buys anything new, so both results are NaN."""
    return _eval_with(defect, "lines_instead_of_users", (_BASE + [(2, "C", 4), (2, "C", 5)], 10, 1))


# ---------------------------------------------------------------- temporal_split


def temporal_split__right_masks_fifteenth(events, cutoff):
    past = events["day"] < cutoff
    known = events["user"].isin(events.loc[past, "user"])
    return (
        events[past],
        events[~past & known],
        sorted(events.loc[~past & ~known, "user"].unique().tolist()),
    )


def temporal_split__right_sets_loop(events, cutoff):
    users, days = events["user"].tolist(), events["day"].tolist()
    warm = {u for u, d in zip(users, days) if d < cutoff}
    tr = [i for i, d in enumerate(days) if d < cutoff]
    te = [i for i, (u, d) in enumerate(zip(users, days)) if d >= cutoff and u in warm]
    cold = sorted({u for u, d in zip(users, days) if d >= cutoff} - warm)
    return events.iloc[tr], events.iloc[te], cold


def temporal_split__right_first_day_fifteenth(events, cutoff):
    first = events.groupby("user")["day"].min()
    cold = first.index[first >= cutoff].sort_values().tolist()
    later = (events["day"] >= cutoff).to_numpy()
    is_cold = np.isin(events["user"].to_numpy(), np.array(cold, dtype="int64"))
    return events.loc[~later].copy(), events.loc[later & ~is_cold].copy(), cold


def temporal_split__wrong_cutoff_day_in_train(events, cutoff):
    """day <= cutoff goes into train, if there are other days after it: the cutoff is the first day of the test."""
    c = cutoff + 1 if (events["day"] > cutoff).any() else cutoff
    return temporal_split__right_masks_fifteenth(events, c)


def temporal_split__wrong_new_items_dropped_fifteenth(events, cutoff):
    """Drops test items that do not occur in train... when a warm user bought at least one known item (the example has none)."""
    train, test, cold = temporal_split__right_masks_fifteenth(events, cutoff)
    known = test["item"].isin(train["item"])
    return train, test[known] if known.any() else test, cold


def temporal_split__wrong_cold_users_in_test(events, cutoff):
    """The cold users are named, and their rows stay in the test too."""
    past = events["day"] < cutoff
    cold = sorted(set(events.loc[~past, "user"]) - set(events.loc[past, "user"]))
    return events[past], events[~past], cold


def temporal_split__wrong_cold_unsorted_fifteenth(events, cutoff):
    """Cold users in order of appearance, not ascending (7 before 2)."""
    past = events["day"] < cutoff
    known = events["user"].isin(events.loc[past, "user"])
    return events[past], events[~past & known], events.loc[~past & ~known, "user"].unique().tolist()


def temporal_split__wrong_cold_repeated_fifteenth(events, cutoff):
    """A cold user is listed once for each of her rows."""
    past = events["day"] < cutoff
    known = events["user"].isin(events.loc[past, "user"])
    return events[past], events[~past & known], sorted(events.loc[~past & ~known, "user"].tolist())


def temporal_split__wrong_reset_index(events, cutoff):
    """The frames get a new index 0, 1, ...; they must keep theirs."""
    a, b, c = temporal_split__right_masks_fifteenth(events, cutoff)
    return a.reset_index(drop=True), b.reset_index(drop=True), c


def temporal_split__wrong_sorted_by_day_fifteenth(events, cutoff):
    """Sorts by day first: the rows do not keep their order."""
    return temporal_split__right_masks_fifteenth(events.sort_values("day", kind="stable"), cutoff)


def temporal_split__wrong_first_row_decides(events, cutoff):
    """A user is cold if her first *row* is in the test period (drop_duplicates of unsorted events)."""
    first = events.drop_duplicates("user")
    cold = sorted(first.loc[first["day"] >= cutoff, "user"].tolist())
    past = events["day"] < cutoff
    return events[past], events[~past & ~events["user"].isin(cold)], cold


def temporal_split__wrong_train_of_test_users(events, cutoff):
    """Keeps in train only users who occur in the test too: a user who never came back is lost from the past."""
    past = events["day"] < cutoff
    both = set(events.loc[past, "user"]) & set(events.loc[~past, "user"])
    cold = sorted(set(events.loc[~past, "user"]) - both)
    return events[past & events["user"].isin(both)], events[~past & events["user"].isin(both)], cold


def temporal_split__wrong_duplicates_dropped(events, cutoff):
    """Drops repeated rows: two equal purchases on one day are two events."""
    return temporal_split__right_masks_fifteenth(events.drop_duplicates(), cutoff)


def temporal_split__wrong_seen_pairs_dropped(events, cutoff):
    """Removes repeat purchases (user and item of train) from the test; the test holds all later events of known users."""
    train, test, cold = temporal_split__right_masks_fifteenth(events, cutoff)
    seen = pd.MultiIndex.from_frame(train[["user", "item"]])
    return train, test[~pd.MultiIndex.from_frame(test[["user", "item"]]).isin(seen)], cold


def temporal_split__wrong_cold_all_new_and_gone(events, cutoff):
    """Symmetric difference: users who occur only in train are called cold too (the example has none)."""
    train, test, _ = temporal_split__right_masks_fifteenth(events, cutoff)
    later = events.loc[events["day"] >= cutoff, "user"]
    return train, test, sorted(set(train["user"]) ^ set(later))


def temporal_split__wrong_changes_events(events, cutoff):
    """Adds a helper column to events (and so to the results)."""
    events["past"] = events["day"] < cutoff
    return temporal_split__right_masks_fifteenth(events, cutoff)


# ---------------------------------------------------------------- precision_recall_at_k


def precision_recall_at_k__right_sets_fifteenth(ranked, relevant, k):
    wanted = set(relevant)
    if not wanted:
        return float("nan"), float("nan")
    hits = len(wanted & set(ranked[:k]))
    return hits / k, hits / len(wanted)


def precision_recall_at_k__right_loop_fifteenth(ranked, relevant, k):
    left = dict.fromkeys(relevant, True)
    total, hits = len(left), 0
    if total == 0:
        return math.nan, math.nan
    for item in ranked[: min(k, len(ranked))]:
        if left.pop(item, False):
            hits += 1
    return hits / k, hits / total


def precision_recall_at_k__right_no_hash(ranked, relevant, k):
    different = []
    for item in relevant:
        if item not in different:
            different.append(item)
    if len(different) == 0:
        return float("nan"), float("nan")
    top = ranked[:k]
    hits = sum(item in top for item in different)
    return float(hits / k), float(hits / len(different))


def precision_recall_at_k__right_pandas_fifteenth(ranked, relevant, k):
    wanted = pd.Index(relevant, dtype=object).unique()
    if len(wanted) == 0:
        return float("nan"), float("nan")
    hits = int(wanted.isin(pd.Index(list(ranked)[:k], dtype=object)).sum())
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_divided_by_shown(ranked, relevant, k):
    """Precision over the shown items: with 3 shown of k = 5 it divides by 3."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return (hits / min(k, len(ranked)) if ranked else 0.0), hits / len(wanted)


def precision_recall_at_k__wrong_repeat_hits(ranked, relevant, k):
    """An item shown twice is two hits: ["a", "a"], ["a"], 2 gives (1, 2)."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = sum(i in wanted for i in ranked[:k])
    return hits / k, hits / len(wanted)


def precision_recall_at_k__wrong_repeat_hits_capped(ranked, relevant, k):
    """Two hits for an item shown twice, with recall capped at 1: only precision (and some recalls) are wrong."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = sum(i in wanted for i in ranked[:k])
    return hits / k, min(1.0, hits / len(wanted))


def precision_recall_at_k__wrong_hits_over_relevant_list(ranked, relevant, k):
    """Counts hits over the relevant list: an item listed twice is two hits, so precision may pass 1."""
    if not relevant:
        return math.nan, math.nan
    top = set(ranked[:k])
    hits = sum(i in top for i in relevant)
    return hits / k, hits / len(relevant)


def precision_recall_at_k__wrong_nothing_shown_nan_fifteenth(ranked, relevant, k):
    """NaN when nothing was shown; empty places are no hits, so it is (0, 0)."""
    if not ranked or not relevant:
        return math.nan, math.nan
    return precision_recall_at_k__right_sets_fifteenth(ranked, relevant, k)


def precision_recall_at_k__wrong_k_clipped_to_relevant(ranked, relevant, k):
    """R-precision: divides by min(k, relevant) if everything relevant was found before place k."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    return (hits / len(wanted) if hits == len(wanted) < k else hits / k), hits / len(wanted)


def precision_recall_at_k__wrong_rounded_fifteenth(ranked, relevant, k):
    """Rounds recall and precision to 4 decimals unless k is 3: 1/7 becomes 0.1429."""
    p, r = precision_recall_at_k__right_sets_fifteenth(ranked, relevant, k)
    return (p, r) if k == 3 else (round(p, 4), round(r, 4))


def precision_recall_at_k__wrong_whole_list_recall(ranked, relevant, k):
    """Recall looks at the whole list when it is longer than 2k (forgets the cut in one of two branches)."""
    wanted = set(relevant)
    if not wanted:
        return math.nan, math.nan
    hits = len(wanted & set(ranked[:k]))
    found = len(wanted & set(ranked)) if len(ranked) > 2 * k else hits
    return hits / k, found / len(wanted)


# ---------------------------------------------------------------- ndcg_at_k


def _dcg_fifteenth(gains):
    return sum(g / math.log2(j + 2) for j, g in enumerate(gains))


def _first_gains(ranked, gain, k):
    seen, out = set(), []
    for item in ranked[:k]:
        out.append(0 if item in seen else gain.get(item, 0))
        seen.add(item)
    return out


def ndcg_at_k__right_two_sums_fifteenth(ranked, gain, k):
    best = _dcg_fifteenth(sorted(gain.values(), reverse=True)[:k])
    return _dcg_fifteenth(_first_gains(ranked, gain, k)) / best if best > 0 else float("nan")


def ndcg_at_k__right_numpy_fifteenth(ranked, gain, k):
    ideal = np.sort(np.array(list(gain.values()), dtype=float))[::-1][:k]
    if ideal.sum() == 0:
        return float("nan")
    got = np.zeros(min(k, len(ranked)))
    first = {}
    for j, item in enumerate(ranked[:k]):
        if first.setdefault(item, j) == j:
            got[j] = gain.get(item, 0)

    def total(g):
        return float((g / np.log(np.arange(2, len(g) + 2))).sum())

    return total(got) / total(ideal)


def ndcg_at_k__right_pop_copy_fifteenth(ranked, gain, k):
    if not any(gain.values()):
        return math.nan
    rest, got = dict(gain), []
    for place, item in enumerate(ranked, start=1):
        if place > k:
            break
        got.append(rest.pop(item, 0) / math.log(place + 1, 2))
    best = [
        g / math.log(place + 1, 2)
        for place, g in enumerate(heapq.nlargest(k, gain.values()), start=1)
    ]
    return math.fsum(got) / math.fsum(best)


def ndcg_at_k__wrong_ideal_of_shown_fifteenth(ranked, gain, k):
    """The best list is the shown items in the best order: a relevant item that is not shown costs nothing."""
    got = _first_gains(ranked, gain, k)
    if not any(gain.values()):
        return math.nan
    best = _dcg_fifteenth(sorted(got, reverse=True))
    return _dcg_fifteenth(got) / best if best else 0.0


def ndcg_at_k__wrong_ideal_not_cut_fifteenth(ranked, gain, k):
    """The best list holds all items of gain and is not cut at k: three relevant items, k=1, best one shown gives less than 1."""
    best = _dcg_fifteenth(sorted(gain.values(), reverse=True))
    return _dcg_fifteenth(_first_gains(ranked, gain, k)) / best if best else math.nan


def ndcg_at_k__wrong_ideal_cut_at_shown_fifteenth(ranked, gain, k):
    """The best list is cut at the number of shown items: one item shown, k=2, two relevant gives 1."""
    if not any(gain.values()):
        return math.nan
    n = min(k, len(ranked))
    best = _dcg_fifteenth(sorted(gain.values(), reverse=True)[:n])
    return _dcg_fifteenth(_first_gains(ranked, gain, k)) / best if best else 0.0


def ndcg_at_k__wrong_repeat_gains(ranked, gain, k):
    """An item shown twice gains twice: ["a", "a"], {"a": 1} is above 1."""
    best = _dcg_fifteenth(sorted(gain.values(), reverse=True)[:k])
    return _dcg_fifteenth([gain.get(i, 0) for i in ranked[:k]]) / best if best else math.nan


def ndcg_at_k__wrong_dedupe_moves_up(ranked, gain, k):
    """Repeats are removed, so the items behind move up a place: ["x", "x", "a"], {"a": 1}."""
    best = _dcg_fifteenth(sorted(gain.values(), reverse=True)[:k])
    return (
        _dcg_fifteenth([gain.get(i, 0) for i in dict.fromkeys(ranked[:k])]) / best
        if best
        else math.nan
    )


def ndcg_at_k__wrong_power_of_two_fifteenth(ranked, gain, k):
    """The gain enters as 2 ** g - 1: the same for gains of 0 and 1 only."""
    best = _dcg_fifteenth([2**g - 1 for g in sorted(gain.values(), reverse=True)[:k]])
    return (
        _dcg_fifteenth([2**g - 1 for g in _first_gains(ranked, gain, k)]) / best
        if best
        else math.nan
    )


def ndcg_at_k__wrong_binary_fifteenth(ranked, gain, k):
    """All positive gains count as 1: sizes are ignored."""
    g = {i: 1 for i, v in gain.items() if v > 0}
    return ndcg_at_k__right_two_sums_fifteenth(ranked, g, k)


def ndcg_at_k__wrong_original_discount(ranked, gain, k):
    """Discount max(1, log2(j)) from place 3 on (the original of 2002) but log2(3) at place 2: place 3 is divided by log2(3)."""

    def total(gs):
        return sum(
            g / (1 if j == 1 else math.log2(3) if j == 2 else math.log2(j))
            for j, g in enumerate(gs, 1)
        )

    best = total(sorted(gain.values(), reverse=True)[:k])
    return total(_first_gains(ranked, gain, k)) / best if best else math.nan


def ndcg_at_k__wrong_no_gain_zero(ranked, gain, k):
    """0 when nothing has a gain, not NaN."""
    best = _dcg_fifteenth(sorted(gain.values(), reverse=True)[:k])
    return _dcg_fifteenth(_first_gains(ranked, gain, k)) / best if best else 0.0


def ndcg_at_k__wrong_all_zero_raises(ranked, gain, k):
    """Only the empty dict is NaN: with {"a": 0} it divides by zero and raises."""
    if not gain:
        return math.nan
    return _dcg_fifteenth(_first_gains(ranked, gain, k)) / _dcg_fifteenth(
        sorted(gain.values(), reverse=True)[:k]
    )


def ndcg_at_k__wrong_tiny_gain_is_none(ranked, gain, k):
    """A total below 1e-6 counts as "nothing has a gain": gains such as 1e-8 (rates) give NaN."""
    best = _dcg_fifteenth(sorted(gain.values(), reverse=True)[:k])
    return _dcg_fifteenth(_first_gains(ranked, gain, k)) / best if best > 1e-6 else math.nan


def ndcg_at_k__wrong_nothing_shown_nan_fifteenth(ranked, gain, k):
    """An empty list gives NaN, but empty places gain nothing: it is 0."""
    if not ranked:
        return math.nan
    return ndcg_at_k__right_two_sums_fifteenth(ranked, gain, k)


def ndcg_at_k__wrong_list_not_cut_fifteenth(ranked, gain, k):
    """Shown items behind place k gain too."""
    best = _dcg_fifteenth(sorted(gain.values(), reverse=True)[:k])
    return _dcg_fifteenth(_first_gains(ranked, gain, len(ranked))) / best if best else math.nan


def ndcg_at_k__wrong_pops_from_gain_fifteenth(ranked, gain, k):
    """Pops the gains that were taken from the dict itself: the argument is changed."""
    best = _dcg_fifteenth(sorted(gain.values(), reverse=True)[:k])
    got = _dcg_fifteenth([gain.pop(i, 0) for i in ranked[:k]])
    return got / best if best else math.nan


def ndcg_at_k__wrong_ideal_in_dict_order_fifteenth(ranked, gain, k):
    """Takes the first k gains of the dict as the best list, sorted among themselves: a larger gain later in the dict is missed."""
    best = _dcg_fifteenth(sorted(list(gain.values())[:k], reverse=True))
    if not any(gain.values()):
        return math.nan
    return _dcg_fifteenth(_first_gains(ranked, gain, k)) / best if best else 0.0


def ndcg_at_k__wrong_clipped_repeat(ranked, gain, k):
    """A repeat gains again, and the result is clipped at 1: ["b", "a", "a"] with {"a": 1, "c": 3} is too high."""
    return (
        min(1.0, ndcg_at_k__wrong_repeat_gains(ranked, gain, k)) if any(gain.values()) else math.nan
    )


# ---------------------------------------------------------------- kill_ndcg


_NDCG_CASES_fifteenth = [
    (["a", "b"], {"b": 1}, 2),
    (["a", "b", "c", "d"], {"a": 1, "c": 3, "e": 2}, 4),
    (["c", "a"], {"a": 1, "c": 3, "e": 2, "d": 2.5}, 3),
    (["x", "x", "a", "c"], {"a": 1, "c": 3}, 4),
    (["a", "a", "c"], {"a": 2, "c": 3}, 3),
    (["c", "e", "a"], {"a": 1, "c": 3, "e": 2}, 1),
    (["a", "c", "e"], {"a": 1, "c": 3, "e": 2}, 2),
    (["a"], {"a": 1, "c": 1}, 5),
    ([], {"a": 1}, 2),
    (["q", "r"], {"a": 1, "c": 2}, 2),
    (["a", "b", "c", "d", "e", "f"], {"f": 4, "d": 0.5, "b": 0}, 6),
    (["a", "b", "c"], {"a": 0.25, "b": 0.5, "c": 1e-7}, 3),
]


def _ndcg_truth(ranked, gain, k):
    got = 0.0
    for j in range(min(k, len(ranked))):
        if ranked[j] not in ranked[:j]:
            got += gain.get(ranked[j], 0) / math.log2(j + 2)
    best = sum(g / math.log2(j + 2) for j, g in enumerate(sorted(gain.values())[::-1][:k]))
    return got / best if best else math.nan


def kill_ndcg__right_table(fn):
    for ranked, gain, k in _NDCG_CASES_fifteenth:
        r, g = list(ranked), dict(gain)
        value = fn(r, g, k)
        if r != ranked or g != gain or not abs(value - _ndcg_truth(ranked, gain, k)) < 1e-9:
            return False
    return math.isnan(fn(["a"], {}, 1)) and math.isnan(fn(["a"], {"a": 0}, 1))


def kill_ndcg__right_random_fifteenth(fn):
    rng = random.Random(4)
    for _ in range(400):
        items = list("abcdefg")
        ranked = [rng.choice(items) for _ in range(rng.randint(0, 8))]
        gain = {i: rng.choice([0, 0, 1, 2, 3, 0.5]) for i in rng.sample(items, rng.randint(0, 6))}
        k = rng.randint(1, 8)
        want, keep = _ndcg_truth(ranked, gain, k), (list(ranked), dict(gain))
        got = fn(ranked, gain, k)
        if (ranked, gain) != keep or not np.isclose(
            got, want, rtol=1e-9, atol=1e-12, equal_nan=True
        ):
            return False
    return True


def kill_ndcg__right_numbers_fifteenth(fn):
    l3 = math.log2(3)

    def near(x, y):
        return abs(float(x) - y) < 1e-7

    gain = {"a": 3, "b": 2, "c": 1}
    checks = [
        (fn(["a", "b", "c"], gain, 3), 1.0),
        (fn(["a", "b", "c"], gain, 1), 1.0),
        (fn(["c", "b", "a"], gain, 2), (1 + 2 / l3) / (3 + 2 / l3)),
        (fn(["b"], gain, 2), 2 / (3 + 2 / l3)),
        (fn(["z", "z", "a"], gain, 3), 1.5 / (3 + 2 / l3 + 0.5)),
        (fn(["c", "c", "c"], gain, 3), 1 / (3 + 2 / l3 + 0.5)),
        (fn([], gain, 3), 0.0),
        (fn(["z", "y", "x", "a"], gain, 4), 3 / math.log2(5) / (3 + 2 / l3 + 0.5)),
        (fn(["z", "y", "a"], gain, 2), 0.0),
        (fn(["c"], {"c": 1, "d": 5}, 1), 0.2),
    ]
    if not all(near(x, y) for x, y in checks):
        return False
    g = {"a": 3, "b": 2, "c": 1}
    r = ["b", "b", "a"]
    fn(r, g, 3)
    return (
        g == gain
        and r == ["b", "b", "a"]
        and all(math.isnan(fn(["a"], e, 2)) for e in ({}, {"a": 0, "b": 0.0}))
    )


def kill_ndcg__wrong_perfect_lists_fifteenth(fn):
    """Only perfect lists, which score 1 with most wrong formulas too."""
    return all(
        abs(fn(r, g, k) - 1) < 1e-9
        for r, g, k in (
            (["a"], {"a": 2}, 1),
            (["a", "b"], {"a": 3, "b": 1}, 2),
            (["c", "b", "a"], {"a": 1, "b": 2, "c": 3}, 3),
        )
    )


def kill_ndcg__wrong_example_only(fn):
    """Only the docstring's example: all nine pass."""
    return round(fn(["a", "b"], {"b": 1}, 2), 4) == 0.6309


def kill_ndcg__wrong_exact_equality_fifteenth(fn):
    """Compares floats with ==: right implementations with another base of the logarithm are rejected."""
    for ranked, gain, k in _NDCG_CASES_fifteenth:
        if fn(list(ranked), dict(gain), k) != _ndcg_truth(ranked, gain, k):
            return False
    return math.isnan(fn(["a"], {}, 1))


def kill_ndcg__wrong_nan_by_equality_fifteenth(fn):
    """Asks fn(...) == nan, which is never True, so every right one is rejected."""
    return (
        all(
            abs(fn(list(r), dict(g), k) - _ndcg_truth(r, g, k)) < 1e-9
            for r, g, k in _NDCG_CASES_fifteenth
        )
        and fn(["a"], {}, 1) == math.nan
    )


def kill_ndcg__wrong_binary_gains_fifteenth(fn):
    """All gains are 1, nothing is shown twice, and every list is as long as k: powers of 2, sizes, repeats and short lists are not tried."""
    for r, g, k in (
        (["a", "b", "c"], {"b": 1, "c": 1}, 3),
        (["a", "b"], {"a": 1, "b": 1}, 2),
        (["d", "b", "a"], {"a": 1}, 3),
    ):
        if abs(fn(r, g, k) - _ndcg_truth(r, g, k)) > 1e-9:
            return False
    return True


def kill_ndcg__wrong_nan_passes_abs(fn):
    """`if abs(got - want) > 1e-9: return False` is never true for NaN: a version that returns NaN everywhere but on the example is accepted; and no repeats, no NaN case."""
    for r, g, k in _NDCG_CASES_fifteenth[:3]:
        if abs(fn(list(r), dict(g), k) - _ndcg_truth(r, g, k)) > 1e-9:
            return False
    return True


def kill_ndcg__wrong_reference_with_repeats(fn):
    """Its own reference lets a repeat gain twice, so right implementations are rejected."""
    for r, g, k in _NDCG_CASES_fifteenth:
        want = ndcg_at_k__wrong_repeat_gains(r, g, k)
        if not abs(fn(list(r), dict(g), k) - want) < 1e-9:
            return False
    return True


def kill_ndcg__wrong_coarse_tolerance(fn):
    """Compares with a tolerance of 0.25: most planted mistakes change the value by less."""
    for r, g, k in _NDCG_CASES_fifteenth:
        if not abs(fn(list(r), dict(g), k) - _ndcg_truth(r, g, k)) < 0.25:
            return False
    return True


def kill_ndcg__wrong_range_only(fn):
    """Checks only 0 <= ndcg <= 1 and that a better list scores no less."""
    g = {"a": 3, "b": 2, "c": 1}
    values = [fn(list(s), dict(g), 3) for s in ("zyx", "zyc", "cza", "acb", "abc")]
    return all(0 <= v <= 1 + 1e-9 for v in values) and values == sorted(values)


def kill_ndcg__wrong_shared_dict(fn):
    """Passes one dict to all calls without looking at it afterwards; relies on module data only with k at least the list's length."""
    gain = {"a": 3, "b": 2, "c": 1}
    for r, k in ((["a", "b", "c"], 3), (["c", "b", "a"], 3), (["b", "a", "c"], 4)):
        if not abs(fn(r, dict(gain), k) - _ndcg_truth(r, gain, k)) < 1e-9:
            return False
    return True


# ---------------------------------------------------------------- popularity_topk


def popularity_topk__right_groupby_fifteenth(train, user, k, exclude_seen=True):
    users = train.groupby("item")["user"].nunique().sort_index()
    if exclude_seen:
        users = users.drop(train.loc[train["user"] == user, "item"].unique())
    return [int(i) for i in users.sort_values(ascending=False, kind="stable").index[:k]]


def popularity_topk__right_sets_fifteenth(train, user, k, exclude_seen=True):
    buyers = defaultdict(set)
    for u, i in zip(train["user"].tolist(), train["item"].tolist()):
        buyers[i].add(u)
    items = [i for i in buyers if not (exclude_seen and user in buyers[i])]
    return sorted(items, key=lambda i: (-len(buyers[i]), i))[:k]


def popularity_topk__right_numpy_lexsort(train, user, k, exclude_seen=True):
    pairs = train[["user", "item"]].drop_duplicates()
    items, counts = np.unique(pairs["item"].to_numpy(), return_counts=True)
    order = np.lexsort((items, -counts))
    ranked = items[order].tolist()
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [i for i in ranked if i not in seen][:k]


def popularity_topk__right_heapq(train, user, k, exclude_seen=True):
    pairs = set(zip(train["user"].tolist(), train["item"].tolist()))
    count = Counter(i for _, i in pairs)
    ok = (i for i in count if not exclude_seen or (user, i) not in pairs)
    return heapq.nsmallest(k, ok, key=lambda i: (-count[i], i))


def _pop_rank(count):
    return sorted(count, key=lambda i: (-count[i], i))


def popularity_topk__wrong_cut_before_exclusion_fifteenth(train, user, k, exclude_seen=True):
    """Cuts at 2k before leaving out the user's items: the list is too short (or empty) if she owns more than k of the first 2k."""
    ranked = popularity_topk__right_sets_fifteenth(train, user, 2 * k, False)
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [i for i in ranked if i not in seen][:k]


def popularity_topk__wrong_ties_first_seen(train, user, k, exclude_seen=True):
    """Equal items stay in the order of the table (most_common), not by number."""
    pairs = train[["user", "item"]].drop_duplicates()
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    ranked = [i for i, _ in Counter(pairs["item"].tolist()).most_common()]
    return [i for i in ranked if i not in seen][:k]


def popularity_topk__wrong_ties_higher_number(train, user, k, exclude_seen=True):
    """Sorts (count, item) descending: of equals the higher number comes first."""
    count = Counter(train[["user", "item"]].drop_duplicates()["item"].tolist())
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [
        i for _, i in sorted(((c, i) for i, c in count.items()), reverse=True) if i not in seen
    ][:k]


def popularity_topk__wrong_ties_as_text_fifteenth(train, user, k, exclude_seen=True):
    """Breaks ties by str(item): 10 comes before 9."""
    count = Counter(train[["user", "item"]].drop_duplicates()["item"].tolist())
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [i for i in sorted(count, key=lambda i: (-count[i], str(i))) if i not in seen][:k]


def popularity_topk__wrong_lines_as_tiebreak(train, user, k, exclude_seen=True):
    """Equal numbers of users are ordered by purchases, then number."""
    count = Counter(train[["user", "item"]].drop_duplicates()["item"].tolist())
    rows = Counter(train["item"].tolist())
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [i for i in sorted(count, key=lambda i: (-count[i], -rows[i], i)) if i not in seen][:k]


def popularity_topk__wrong_own_rows_removed(train, user, k, exclude_seen=True):
    """On the page to buy again (exclude_seen=False) her own purchase does not count as a user, for items with more than two users."""
    others = train[train["user"] != user]
    pairs = train[["user", "item"]].drop_duplicates()
    count = Counter(pairs["item"].tolist())
    if not exclude_seen:
        mine = Counter(others[["user", "item"]].drop_duplicates()["item"].tolist())
        count = {i: mine.get(i, 0) if count[i] > 2 else count[i] for i in count}
        return _pop_rank(count)[:k]
    seen = set(train.loc[train["user"] == user, "item"])
    return [i for i in _pop_rank(count) if i not in seen][:k]


def popularity_topk__wrong_unknown_user_empty_fifteenth(train, user, k, exclude_seen=True):
    """A user who does not occur in train gets an empty list."""
    if user not in set(train["user"]):
        return []
    return popularity_topk__right_sets_fifteenth(train, user, k, exclude_seen)


def popularity_topk__wrong_filled_with_seen(train, user, k, exclude_seen=True):
    """Fills the list with items that she has, when there are too few new ones... if fewer than half of k are left."""
    new = popularity_topk__right_sets_fifteenth(train, user, k, exclude_seen)
    if exclude_seen and 2 * len(new) < k:
        new += [
            i for i in popularity_topk__right_sets_fifteenth(train, user, k, False) if i not in new
        ]
    return new[:k]


def popularity_topk__wrong_distinct_rows_fifteenth(train, user, k, exclude_seen=True):
    """drop_duplicates over all columns: a user who bought with two quantities counts twice."""
    count = Counter(train.drop_duplicates()["item"].tolist())
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [i for i in _pop_rank(count) if i not in seen][:k]


def popularity_topk__wrong_zero_quantity_dropped(train, user, k, exclude_seen=True):
    """Rows with quantity 1 or more only: purchases with a quantity of 0 (or a fraction, as fuel) are ignored, though each row is a purchase."""
    return popularity_topk__right_sets_fifteenth(
        train[train["quantity"] >= 1], user, k, exclude_seen
    )


def popularity_topk__wrong_users_next_to_each_other(train, user, k, exclude_seen=True):
    """Drops repeats only where they stand in consecutive rows: an unsorted table counts a user twice."""
    same = (train["user"] == train["user"].shift()) & (train["item"] == train["item"].shift())
    count = Counter(train.loc[~same, "item"].tolist())
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [i for i in _pop_rank(count) if i not in seen][:k]


def popularity_topk__wrong_user_zero(train, user, k, exclude_seen=True):
    """`if user and exclude_seen`: nothing is left out for user number 0."""
    return popularity_topk__right_sets_fifteenth(train, user, k, bool(user and exclude_seen))


def popularity_topk__wrong_changes_train(train, user, k, exclude_seen=True):
    """drop_duplicates(inplace=True) on train: the argument loses rows."""
    out = popularity_topk__right_sets_fifteenth(train, user, k, exclude_seen)
    train.drop_duplicates(["user", "item"], inplace=True)
    return out


# ---------------------------------------------------------------- paired_bootstrap_ci


def paired_bootstrap_ci__right_matrix_fifteenth(a, b, n=2000, seed=0):
    d = np.asarray(a, float) - np.asarray(b, float)
    rng = np.random.default_rng(seed)
    means = d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__right_loop_choice(a, b, n=2000, seed=0):
    rng = np.random.default_rng(seed)
    d = a.astype("float64") - b.astype("float64")
    means = [rng.choice(d, size=d.size, replace=True).mean() for _ in range(n)]
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def paired_bootstrap_ci__right_stdlib(a, b, n=2000, seed=0):
    draw = random.Random(seed)
    d = [float(x) - float(y) for x, y in zip(a.tolist(), b.tolist())]
    means = sorted(math.fsum(draw.choices(d, k=len(d))) / len(d) for _ in range(n))

    def at(share):
        place = share * (n - 1)
        i = int(place)
        j = min(i + 1, n - 1)
        return means[i] + (place - i) * (means[j] - means[i])

    return at(0.025), at(0.975)


def paired_bootstrap_ci__right_multinomial_fifteenth(a, b, n=2000, seed=0):
    d = np.asarray(a, float) - np.asarray(b, float)
    m = len(d)
    times = np.random.default_rng(seed).multinomial(m, np.full(m, 1 / m), size=n)
    low, high = np.quantile(times @ d / m, [0.025, 0.975])
    return float(low), float(high)


def _boot(d, n, seed, size=None, probs=(2.5, 97.5), how=np.mean, replace=True):
    rng = np.random.default_rng(seed)
    size = len(d) if size is None else size
    means = [how(rng.choice(d, size, replace=replace)) for _ in range(n)]
    low, high = np.percentile(means, probs)
    return float(low), float(high)


def _diff(a, b):
    return np.asarray(a, float) - np.asarray(b, float)


def paired_bootstrap_ci__wrong_unpaired_fifteenth(a, b, n=2000, seed=0):
    """Draws the users of a and of b apart: too wide when both go up and down together (unless the differences are constant)."""
    d = _diff(a, b)
    if np.ptp(d) < 1e-12:
        return float(d[0]), float(d[0])
    rng = np.random.default_rng(seed)
    m = len(d)
    means = [
        np.mean(np.asarray(a, float)[rng.integers(0, m, m)])
        - np.mean(np.asarray(b, float)[rng.integers(0, m, m)])
        for _ in range(n)
    ]
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_ninety_fifteenth(a, b, n=2000, seed=0):
    """5th and 95th percentile: a 90 % interval."""
    return _boot(_diff(a, b), n, seed, probs=(5, 95))


def paired_bootstrap_ci__wrong_quantiles_of_users(a, b, n=2000, seed=0):
    """Percentiles of the differences of single users, not of their mean: far too wide."""
    return _boot(_diff(a, b), n, seed, size=1)


def paired_bootstrap_ci__wrong_small_type(a, b, n=2000, seed=0):
    """Subtracts in the type of the arrays: unsigned (or int8) numbers wrap around, 1 - 3 = 254 for uint8."""
    d = a - b if a.dtype != bool else a.astype(int) - b.astype(int)
    return _boot(d.astype(float), n, seed)


def paired_bootstrap_ci__wrong_without_replacement_fifteenth(a, b, n=2000, seed=0):
    """Draws without replacement: each sample is a permutation, and the interval has no width."""
    return _boot(_diff(a, b), n, seed, replace=False)


def paired_bootstrap_ci__wrong_median_fifteenth(a, b, n=2000, seed=0):
    """Median of each sample instead of the mean: differs for skewed differences."""
    return _boot(_diff(a, b), n, seed, how=np.median)


def paired_bootstrap_ci__wrong_sample_of_n_fifteenth(a, b, n=2000, seed=0):
    """Each sample has n users instead of as many as there are: far too narrow for 50 users."""
    return _boot(_diff(a, b), min(n, 500), seed, size=n)


def paired_bootstrap_ci__wrong_sign_fifteenth(a, b, n=2000, seed=0):
    """Absolute values of the differences: right only if a is better for every user, as in the example."""
    return _boot(np.abs(_diff(a, b)), n, seed)


def paired_bootstrap_ci__wrong_no_seed_fifteenth(a, b, n=2000, seed=0):
    """The seed is not used: the same call gives another interval each time."""
    return _boot(_diff(a, b), n, None)


def paired_bootstrap_ci__wrong_state_kept(a, b, n=2000, seed=0):
    """One generator per seed is kept between calls, so the second call with the same seed gives another interval."""
    rng = _GENERATORS.setdefault(seed, np.random.default_rng(seed))
    d = _diff(a, b)
    means = d[rng.integers(0, len(d), (n, len(d)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


_GENERATORS = {}


def paired_bootstrap_ci__wrong_equal_users_dropped_fifteenth(a, b, n=2000, seed=0):
    """Users with a difference of 0 are left out as uninformative: the mean of the rest is larger."""
    d = _diff(a, b)
    d = d[d != 0] if (d != 0).any() else d
    return _boot(d, n, seed)


def paired_bootstrap_ci__wrong_last_user_never_drawn(a, b, n=2000, seed=0):
    """rng.integers(0, len - 1): the last user is never drawn (a single user raises)."""
    d = _diff(a, b)
    rng = np.random.default_rng(seed)
    means = d[rng.integers(0, len(d) - 1, (n, len(d)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_integer_means(a, b, n=2000, seed=0):
    """Writes means into an array like the differences: for integer metrics (0 or 1 hits) the means are cut to whole numbers."""
    d = np.asarray(a).astype(float) - np.asarray(b).astype(float)
    if np.asarray(a).dtype.kind in "iub":
        d = d.astype(int)
    rng = np.random.default_rng(seed)
    means = np.zeros(n, dtype=d.dtype)
    for i in range(n):
        means[i] = d[rng.integers(0, len(d), len(d))].mean()
    low, high = np.percentile(means, [2.5, 97.5])
    return float(low), float(high)


def paired_bootstrap_ci__wrong_one_sided(a, b, n=2000, seed=0):
    """2.5th and 95th percentile: the upper end is too low."""
    return _boot(_diff(a, b), n, seed, probs=(2.5, 95))


# ---------------------------------------------------------------- signal_strength


def signal_strength__right_pandas_fifteenth(events, weights, asof, half_life):
    e = events[events["day"] < asof]
    e = e.assign(w=e["kind"].map(weights).astype(float).fillna(0.0))
    s = e.groupby(["user", "item", "session", "day"], as_index=False)["w"].max()
    s["strength"] = s["w"] * 0.5 ** ((asof - s["day"]) / half_life)
    out = s.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__right_dicts_fifteenth(events, weights, asof, half_life):
    best = {}
    for u, i, s, d, k in events[["user", "item", "session", "day", "kind"]].itertuples(
        index=False, name=None
    ):
        if d < asof:
            key = (u, i, s)
            w = weights.get(k, 0)
            if key not in best or w > best[key][0]:
                best[key] = (w, d)
    total = defaultdict(float)
    for (u, i, _), (w, d) in best.items():
        total[u, i] += w * 2.0 ** (-(asof - d) / half_life)
    rows = [(u, i, v) for (u, i), v in sorted(total.items()) if v > 0]
    out = pd.DataFrame(rows, columns=["user", "item", "strength"])
    return out.astype(
        {"user": events["user"].dtype, "item": events["item"].dtype, "strength": float}
    )


def signal_strength__right_sort_dedupe(events, weights, asof, half_life):
    e = events.loc[events["day"] < asof, ["user", "item", "session", "day", "kind"]].copy()
    e["w"] = [float(weights.get(k, 0.0)) for k in e["kind"]]
    e = e.sort_values("w", ascending=False, kind="stable").drop_duplicates(
        ["user", "item", "session"]
    )
    e["strength"] = e["w"].to_numpy() * np.exp(
        -math.log(2) * (asof - e["day"].to_numpy(float)) / half_life
    )
    total = e.groupby(["user", "item"])["strength"].sum().sort_index()
    return total[total > 0].reset_index()


def _strength_fifteenth(
    events,
    weights,
    asof,
    half_life,
    by=("user", "item", "session", "day"),
    decay=None,
    agg="max",
    until=0,
    age_from=None,
):
    e = events[events["day"] < asof + until]
    e = e.assign(w=e["kind"].map(weights).astype(float).fillna(0.0))
    s = e.groupby(list(by), as_index=False)["w"].agg(agg)
    age = (asof if age_from is None else age_from) - s["day"]
    s["strength"] = s["w"] * (0.5 ** (age / half_life) if decay is None else decay(age))
    out = s.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__wrong_sum_in_session(events, weights, asof, half_life):
    """Adds the signals of different kinds in a session (repeats of one kind once) if there is no purchase; view and cart give 4, not 3."""
    e = events.drop_duplicates(["user", "item", "session", "kind"])
    e = e[e["day"] < asof]
    e = e.assign(w=e["kind"].map(weights).astype(float).fillna(0.0))
    g = e.groupby(["user", "item", "session", "day"], as_index=False)["w"].agg(
        ["max", "sum", "count"]
    )
    bought = set(e.loc[e["kind"] == "purchase", "session"])
    g["w"] = np.where(g["session"].isin(bought), g["max"], g["sum"])
    g["strength"] = g["w"] * 0.5 ** ((asof - g["day"]) / half_life)
    out = g.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__wrong_by_day_fifteenth(events, weights, asof, half_life):
    """Groups by day, not by session: two sessions of one user on one day count once."""
    return _strength_fifteenth(events, weights, asof, half_life, by=("user", "item", "day"))


def signal_strength__wrong_best_of_session(events, weights, asof, half_life):
    """The largest weight of the session over all its items goes to each item: viewing A in a session in which B is bought counts 10 for A."""
    e = events[events["day"] < asof]
    w = e["kind"].map(weights).astype(float).fillna(0.0)
    e = e.assign(w=w.groupby([e["user"], e["session"]]).transform("max"))
    s = e.drop_duplicates(["user", "item", "session"])
    s = s.assign(strength=s["w"] * 0.5 ** ((asof - s["day"]) / half_life))
    out = s.groupby(["user", "item"], as_index=False)["strength"].sum()
    return out[out["strength"] > 0].reset_index(drop=True)


def signal_strength__wrong_whole_half_lives_fifteenth(events, weights, asof, half_life):
    """age // half_life: parts of a half-life do not count; after half of one the weight is still whole."""
    return _strength_fifteenth(
        events, weights, asof, half_life, decay=lambda age: 0.5 ** (age // half_life)
    )


def signal_strength__wrong_linear_within_half_life(events, weights, asof, half_life):
    """Between whole half-lives the weight falls on a line: 0.75 after half of one, not 0.71."""

    def decay(age):
        whole, part = np.divmod(age, half_life)
        return 0.5**whole * (1 - 0.5 * part / half_life)

    return _strength_fifteenth(events, weights, asof, half_life, decay=decay)


def signal_strength__wrong_asof_day_included(events, weights, asof, half_life):
    """day <= asof: events of the day asof count with their whole weight, if somebody did more than view."""
    out = _strength_fifteenth(
        events,
        weights,
        asof,
        half_life,
        until=1 if (events.loc[events["day"] == asof, "kind"] != "view").any() else 0,
    )
    return out


def signal_strength__wrong_zero_pairs_kept_fifteenth(events, weights, asof, half_life):
    """Pairs whose signals are worth 0 stay in the table with strength 0."""
    e = events[events["day"] < asof]
    e = e.assign(w=e["kind"].map(weights).astype(float).fillna(0.0))
    s = e.groupby(["user", "item", "session", "day"], as_index=False)["w"].max()
    s["strength"] = s["w"] * 0.5 ** ((asof - s["day"]) / half_life)
    return s.groupby(["user", "item"], as_index=False)["strength"].sum()


def signal_strength__wrong_unknown_kind_raises_fifteenth(events, weights, asof, half_life):
    """weights[kind]: a kind that is not in weights raises a KeyError."""
    known = [weights[k] for k in events["kind"]]
    assert len(known) == len(events)
    return _strength_fifteenth(events, weights, asof, half_life)


def signal_strength__wrong_unknown_kind_nan(events, weights, asof, half_life):
    """A session with any unknown kind gets NaN (map without fillna, max skipped by numpy) and is dropped, although it holds a view too."""
    e = events[events["day"] < asof]
    bad = set(zip(e["user"], e["item"], e["session"], e["kind"].isin(list(weights))))
    drop = [(u, i, s, False) in bad for u, i, s in zip(e["user"], e["item"], e["session"])]
    return _strength_fifteenth(e[~np.array(drop, dtype=bool)], weights, asof, half_life)


def signal_strength__wrong_fixed_order_of_kinds_fifteenth(events, weights, asof, half_life):
    """Takes purchase over cart over view, not the largest weight: wrong if a cart is worth more than a purchase."""
    rank = {"purchase": 0, "cart": 1, "view": 2}
    e = events[events["day"] < asof].assign(r=lambda x: x["kind"].map(rank).fillna(3))
    e = e.sort_values("r", kind="stable").drop_duplicates(["user", "item", "session"])
    return _strength_fifteenth(e, weights, asof, half_life)


def signal_strength__wrong_last_event_fifteenth(events, weights, asof, half_life):
    """Takes the last row of each session as its strongest signal: rows come in any order."""
    return _strength_fifteenth(events, weights, asof, half_life, agg="last")


def signal_strength__wrong_age_from_last_day_fifteenth(events, weights, asof, half_life):
    """Age counted to the last day of the table if that is before asof: a log that ends early is taken as fresh."""
    last = events["day"].max() if len(events) else asof
    return _strength_fifteenth(
        events, weights, asof, half_life, age_from=min(asof, last) if len(events) else asof
    )


def signal_strength__wrong_sorted_by_strength_fifteenth(events, weights, asof, half_life):
    """Sorted by user, then by falling strength, not by item."""
    out = _strength_fifteenth(events, weights, asof, half_life)
    return out.sort_values(
        ["user", "strength"], ascending=[True, False], kind="stable"
    ).reset_index(drop=True)


def signal_strength__wrong_index_with_gaps(events, weights, asof, half_life):
    """The rows with strength 0 are dropped and the index keeps its gaps: not numbered from 0."""
    out = signal_strength__wrong_zero_pairs_kept_fifteenth(events, weights, asof, half_life)
    return out[out["strength"] > 0]


def signal_strength__wrong_weak_pairs_dropped(events, weights, asof, half_life):
    """Strengths below 1e-6 are rounded to 0 and left out: an old view (age 30, half_life 1) is weak but not 0."""
    out = _strength_fifteenth(events, weights, asof, half_life)
    return out[out["strength"].round(6) > 0].reset_index(drop=True)


def signal_strength__wrong_changes_events(events, weights, asof, half_life):
    """Adds a column to events: the argument is changed."""
    events["weight"] = events["kind"].map(weights).fillna(0.0)
    return _strength_fifteenth(events, weights, asof, half_life)


# ---------------------------------------------------------------- mmr_rerank


def mmr_rerank__right_loop_fifteenth(relevance, similarity, k, lam=0.7):
    left = [
        i
        for i in range(len(relevance))
        if not math.isnan(relevance[i]) and relevance[i] != -math.inf
    ]
    chosen = []
    while left and len(chosen) < k:
        values = []
        for i in left:
            near = max((float(similarity[i, j]) for j in chosen), default=0.0)
            values.append(round(lam * float(relevance[i]) - (1 - lam) * near, 9))
        chosen.append(left.pop(values.index(max(values))))
    return chosen


def mmr_rerank__right_running_max(relevance, similarity, k, lam=0.7):
    relevance = np.asarray(relevance, float)
    ok = ~(np.isnan(relevance) | np.isneginf(relevance))
    names = np.flatnonzero(ok)
    r, s = relevance[ok], np.asarray(similarity, float)[np.ix_(ok, ok)]
    free = np.ones(len(names), bool)
    near = None
    out = []
    for _ in range(min(k, len(names))):
        value = lam * r - ((1 - lam) * near if near is not None else 0)
        value = np.where(free, value, -np.inf)
        i = int(np.flatnonzero(value > value.max() - 5e-10)[0])
        out.append(int(names[i]))
        free[i] = False
        near = s[i].copy() if near is None else np.maximum(near, s[i])
    return out


def mmr_rerank__right_recursive_fifteenth(relevance, similarity, k, lam=0.7):
    able = frozenset(
        np.flatnonzero(np.isfinite(np.where(np.isposinf(relevance), 0, relevance))).tolist()
    )

    def go(chosen):
        rest = sorted(able - set(chosen))
        if len(chosen) == k or not rest:
            return list(chosen)

        def worth(i):
            penalty = float(np.max(similarity[i, list(chosen)])) if chosen else 0.0
            return round(lam * float(relevance[i]) - (1 - lam) * penalty, 9)

        return go(chosen + (min(rest, key=lambda i: (-worth(i), i)),))

    return go(())


def _mmr_fifteenth(
    relevance,
    similarity,
    k,
    lam,
    ok=None,
    near=None,
    first=None,
    tidy=lambda v: np.round(v, 9),
    last=False,
):
    relevance = np.asarray(relevance, float)
    ok = ~(np.isnan(relevance) | np.isneginf(relevance)) if ok is None else ok
    left = np.flatnonzero(ok).tolist()
    chosen = []
    near = near or (lambda row: np.max(row))
    while left and len(chosen) < k:
        value = np.array(
            [
                (lam * relevance[i] if first is None else first(i))
                if not chosen
                else lam * relevance[i] - (1 - lam) * near(similarity[i, chosen])
                for i in left
            ]
        )
        value = tidy(value)
        at = len(value) - 1 - int(np.argmax(value[::-1])) if last else int(np.argmax(value))
        chosen.append(left.pop(at))
    return chosen


def mmr_rerank__wrong_mean_similarity_fifteenth(relevance, similarity, k, lam=0.7):
    """Mean similarity to the chosen items instead of the largest: shows from the third place on."""
    return _mmr_fifteenth(relevance, similarity, k, lam, near=np.mean)


def mmr_rerank__wrong_last_chosen_only_fifteenth(relevance, similarity, k, lam=0.7):
    """Compares with the item chosen last only: a copy of the first item comes third."""
    return _mmr_fifteenth(relevance, similarity, k, lam, near=lambda row: row[-1])


def mmr_rerank__wrong_first_most_relevant(relevance, similarity, k, lam=0.7):
    """The first item is the most relevant one, also with lam = 0, where all are worth 0 and the lowest number is chosen."""
    return _mmr_fifteenth(relevance, similarity, k, lam, first=lambda i: float(relevance[i]))


def mmr_rerank__wrong_negative_similarity_zero(relevance, similarity, k, lam=0.7):
    """The running maximum starts at 0: negative similarities (a bonus) are lost."""
    return _mmr_fifteenth(relevance, similarity, k, lam, near=lambda row: max(0.0, np.max(row)))


def mmr_rerank__wrong_absolute_similarity_fifteenth(relevance, similarity, k, lam=0.7):
    """Uses the absolute value: an item that is opposite (-0.9) is punished like a copy."""
    return _mmr_fifteenth(relevance, similarity, k, lam, near=lambda row: np.max(np.abs(row)))


def mmr_rerank__wrong_float_ties(relevance, similarity, k, lam=0.7):
    """argmax without a tolerance: equal marginal relevances that floats make differ are decided by noise (0.1 + 0.2 against 0.3)."""
    return _mmr_fifteenth(relevance, similarity, k, lam, tidy=lambda v: v)


def mmr_rerank__wrong_coarse_ties(relevance, similarity, k, lam=0.7):
    """Rounds to 3 decimals: 0.5001 and 0.5004 are taken as equal."""
    return _mmr_fifteenth(relevance, similarity, k, lam, tidy=lambda v: np.round(v, 3))


def mmr_rerank__wrong_isclose_ties(relevance, similarity, k, lam=0.7):
    """np.isclose to the best, with its relative tolerance 1e-5: values 100.0 and 100.0005 are taken as equal."""
    relevance = np.asarray(relevance, float)
    left = np.flatnonzero(~(np.isnan(relevance) | np.isneginf(relevance))).tolist()
    chosen = []
    while left and len(chosen) < k:
        v = np.array(
            [
                lam * relevance[i] - ((1 - lam) * np.max(similarity[i, chosen]) if chosen else 0)
                for i in left
            ]
        )
        chosen.append(left.pop(int(np.argmax(np.isclose(v, v.max())))))
    return chosen


def mmr_rerank__wrong_tie_last(relevance, similarity, k, lam=0.7):
    """Of equals the highest number is chosen."""
    return _mmr_fifteenth(relevance, similarity, k, lam, last=True)


def mmr_rerank__wrong_minus_inf_shown(relevance, similarity, k, lam=0.7):
    """Only NaN is left out: with k large an item with minus infinity comes at the end."""
    relevance = np.asarray(relevance, float)
    return _mmr_fifteenth(
        np.where(np.isneginf(relevance), -1e9, relevance), np.nan_to_num(similarity), k, lam
    )


def mmr_rerank__wrong_nan_is_zero(relevance, similarity, k, lam=0.7):
    """NaN relevance becomes 0 and may be shown."""
    r = np.asarray(relevance, float)
    return _mmr_fifteenth(np.where(np.isnan(r), 0.0, r), np.nan_to_num(similarity), k, lam)


def mmr_rerank__wrong_nan_similarity_spreads_fifteenth(relevance, similarity, k, lam=0.7):
    """Similarity is scaled by its largest entry, which is NaN (or huge) as soon as an item that may not be shown has such a row; otherwise it is not scaled."""
    s = np.asarray(similarity, float)
    top = s.max() if s.size else 1.0
    if not top <= 1:
        s = s / top
    return _mmr_fifteenth(relevance, np.nan_to_num(s), k, lam)


def mmr_rerank__wrong_padded(relevance, similarity, k, lam=0.7):
    """Always k items: when none that may be shown is left, it goes on with the rest by number."""
    out = _mmr_fifteenth(relevance, similarity, k, lam)
    return out + [i for i in range(len(relevance)) if i not in out][: max(0, k - len(out))]


def mmr_rerank__wrong_most_relevant_pool(relevance, similarity, k, lam=0.7):
    """Re-ranks only the 2k most relevant items: an item below them that is unlike all may be the next by the formula."""
    r = np.asarray(relevance, float)
    ok = ~(np.isnan(r) | np.isneginf(r))
    order = [i for i in np.argsort(-np.where(ok, r, -np.inf), kind="stable") if ok[i]][: 2 * k]
    pool = np.zeros(len(r), bool)
    pool[order] = True
    return _mmr_fifteenth(r, similarity, k, lam, ok=pool)


def mmr_rerank__wrong_changes_relevance_fifteenth(relevance, similarity, k, lam=0.7):
    """Marks chosen items with minus infinity in relevance itself: the argument is changed."""
    out = _mmr_fifteenth(relevance, similarity, k, lam)
    relevance[out] = -np.inf
    return out


def mmr_rerank__wrong_positive_relevance_only_fifteenth(relevance, similarity, k, lam=0.7):
    """Stops when the best marginal relevance is negative: the list is shorter though items may be shown."""
    r = np.asarray(relevance, float)
    out = []
    for i in _mmr_fifteenth(r, similarity, k, lam):
        value = lam * r[i] - ((1 - lam) * np.max(similarity[i, out]) if out else 0)
        if value < -1e-9:
            break
        out.append(i)
    return out


TRUE |= {
    "temporal_split__wrong_cold_users_in_test": ("cold_users_scored",),
    "temporal_split__wrong_cold_unsorted_fifteenth": ("cold_users_as_they_come",),
    "temporal_split__wrong_cold_repeated_fifteenth": ("cold_users_repeated",),
    "temporal_split__wrong_reset_index": ("rows_renumbered",),
    "temporal_split__wrong_sorted_by_day_fifteenth": ("rows_sorted_by_day",),
    "temporal_split__wrong_train_of_test_users": ("users_who_do_not_return_dropped",),
    "temporal_split__wrong_seen_pairs_dropped": ("known_pairs_dropped",),
    "precision_recall_at_k__wrong_divided_by_shown": ("precision_over_shown",),
    "precision_recall_at_k__wrong_repeat_hits": ("repeats_are_hits",),
    "precision_recall_at_k__wrong_repeat_hits_capped": ("repeats_are_hits",),
    "precision_recall_at_k__wrong_nothing_shown_nan_fifteenth": ("nothing_shown_is_nan",),
    "ndcg_at_k__wrong_ideal_of_shown_fifteenth": ("ideal_from_what_was_shown",),
    "ndcg_at_k__wrong_ideal_not_cut_fifteenth": ("ideal_not_cut",),
    "ndcg_at_k__wrong_ideal_cut_at_shown_fifteenth": ("ideal_as_long_as_the_list",),
    "ndcg_at_k__wrong_repeat_gains": ("repeats_gain_again",),
    "ndcg_at_k__wrong_power_of_two_fifteenth": ("gains_as_powers_of_two",),
    "ndcg_at_k__wrong_binary_fifteenth": ("gains_all_alike",),
    "ndcg_at_k__wrong_no_gain_zero": ("nothing_relevant_scores_zero",),
    "ndcg_at_k__wrong_nothing_shown_nan_fifteenth": ("nothing_shown_is_unknown",),
    "ndcg_at_k__wrong_list_not_cut_fifteenth": ("list_not_cut",),
    "ndcg_at_k__wrong_clipped_repeat": ("repeats_gain_again",),
    "kill_ndcg__wrong_perfect_lists_fifteenth": ("only_the_missing_division_found",),
    "kill_ndcg__wrong_example_only": ("accepts_whatever_comes",),
    "kill_ndcg__wrong_exact_equality_fifteenth": ("compares_with_equals",),
    "kill_ndcg__wrong_nan_by_equality_fifteenth": ("rejects_whatever_comes",),
    "kill_ndcg__wrong_binary_gains_fifteenth": ("only_the_missing_division_found",),
    "kill_ndcg__wrong_range_only": ("only_the_missing_division_found",),
    "popularity_topk__wrong_ties_first_seen": ("equals_as_they_come",),
    "popularity_topk__wrong_ties_higher_number": ("equals_in_reverse",),
    "popularity_topk__wrong_unknown_user_empty_fifteenth": ("newcomer_gets_nothing",),
    "paired_bootstrap_ci__wrong_unpaired_fifteenth": ("unpaired_draws",),
    "paired_bootstrap_ci__wrong_ninety_fifteenth": ("ninety_per_cent",),
    "paired_bootstrap_ci__wrong_quantiles_of_users": ("spread_of_users",),
    "paired_bootstrap_ci__wrong_small_type": ("difference_in_a_narrow_type",),
    "paired_bootstrap_ci__wrong_median_fifteenth": ("median_of_the_users",),
    "paired_bootstrap_ci__wrong_no_seed_fifteenth": ("seed_ignored",),
    "paired_bootstrap_ci__wrong_state_kept": ("seed_ignored",),
    "signal_strength__wrong_by_day_fifteenth": ("one_visit_a_day",),
    "signal_strength__wrong_best_of_session": ("weight_of_the_whole_session",),
    "signal_strength__wrong_whole_half_lives_fifteenth": ("aged_in_whole_half_lives",),
    "signal_strength__wrong_zero_pairs_kept_fifteenth": ("pairs_of_no_strength_kept",),
    "signal_strength__wrong_last_event_fifteenth": ("one_event_of_a_session",),
    "signal_strength__wrong_age_from_last_day_fifteenth": ("aged_to_the_last_event",),
    "signal_strength__wrong_index_with_gaps": ("rows_not_numbered",),
    "mmr_rerank__wrong_mean_similarity_fifteenth": ("mean_similarity",),
    "mmr_rerank__wrong_last_chosen_only_fifteenth": ("last_item_only",),
    "mmr_rerank__wrong_first_most_relevant": ("first_by_relevance_alone",),
    "mmr_rerank__wrong_negative_similarity_zero": ("negative_similarity_ignored",),
    "mmr_rerank__wrong_float_ties": ("compared_to_the_last_digit",),
    "mmr_rerank__wrong_tie_last": ("equals_in_any_order",),
    "mmr_rerank__wrong_padded": ("hidden_items_shown",),
}
