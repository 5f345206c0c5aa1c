"""Bank of natural answers for notebook 02, recommender_design. Written from the statements alone."""

from collections import Counter, defaultdict
import math

import numpy as np
import pandas as pd
from sklearn.metrics import ndcg_score

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
    "kill_ndcg__wrong_perfect_list": ("tries_a_perfect_list_only",),
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
    "signal_strength__wrong_last_event_of_session": ("last_event_of_a_session",),
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
}


# ---- written later, for slips of the second order ----

import math
from collections import defaultdict

import numpy as np
import pandas as pd


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
    "signal_strength__wrong_last_event_of_the_session": ("last_event_of_a_session",),
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
