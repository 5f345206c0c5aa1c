"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

# `<misconception>__<how>` is another form of the same mistake and has no text of its own.
from __future__ import annotations

from statistics import mean

import numpy as np

from solutions.recommender_design import reference

# ---- break_evaluation -----------------------------------------------------------------------

# Each evaluation differs from the correct one by one decision, so that each is one mistake.


def _evaluate(defect, events, cutoff, k):
    inclusive = defect == "cutoff_day_in_training"
    past = [e for e in events if e[2] < cutoff or (inclusive and e[2] == cutoff)]
    future = [e for e in events if e not in past]
    counted = events if defect == "future_in_popularity" else past
    pairs = [(user, item) for user, item, _ in counted]
    if defect != "lines_instead_of_users":
        pairs = sorted(set(pairs))
    popularity: dict[str, int] = {}
    for _, item in pairs:
        popularity[item] = popularity.get(item, 0) + 1
    ranked = sorted(popularity, key=lambda item: (-popularity[item], item))
    repeats = defect == "seen_items_count"
    scores = []
    for user in sorted({user for user, _, _ in future}):
        seen = {item for u, item, _ in past if u == user}
        wanted = {item for u, item, _ in future if u == user}
        wanted = wanted if repeats else wanted - seen
        if not seen and defect == "cold_users_score_zero":
            scores.append(0.0)
        if not seen or not wanted:
            continue
        shown = [item for item in ranked if repeats or item not in seen][:k]
        scores.append(len(wanted & set(shown)) / (k if defect == "divided_by_k" else len(wanted)))
    return mean(scores) if scores else float("nan")


def correct(events, cutoff, k):
    """The evaluation without a defect, by the same steps as the flawed ones."""
    return _evaluate(None, events, cutoff, k)


def future_in_popularity(events, cutoff, k):
    """Popularity was counted over all purchases, also over those that should be predicted."""
    return _evaluate("future_in_popularity", events, cutoff, k)


def cutoff_day_in_training(events, cutoff, k):
    """Purchases of the day ``cutoff`` were put into the past. The future begins on that day."""
    return _evaluate("cutoff_day_in_training", events, cutoff, k)


def seen_items_count(events, cutoff, k):
    """Items that the user had bought were recommended, and buying them again was a hit."""
    return _evaluate("seen_items_count", events, cutoff, k)


def lines_instead_of_users(events, cutoff, k):
    """Purchases were counted, so one user who buys an item every day makes it popular."""
    return _evaluate("lines_instead_of_users", events, cutoff, k)


def divided_by_k(events, cutoff, k):
    """Hits were divided by the length of the list. That is precision."""
    return _evaluate("divided_by_k", events, cutoff, k)


def cold_users_score_zero(events, cutoff, k):
    """Users without a past scored 0, so the result falls when the shop wins customers."""
    return _evaluate("cold_users_score_zero", events, cutoff, k)


FLAWED_EVALUATIONS = {
    function.__name__: function
    for function in (
        future_in_popularity,
        cutoff_day_in_training,
        seen_items_count,
        lines_instead_of_users,
        divided_by_k,
        cold_users_score_zero,
    )
}

_PAST = [(1, "A", 1), (2, "B", 1), (3, "B", 2), (2, "C", 3)]


def nobody_to_judge(defect):
    """Your inputs show no defect. If no user is left to judge, every evaluation says NaN, flawed or
    not. At least one user needs a purchase before the cutoff and a new item from it on.
    """
    return _PAST, 8, 2


def one_input_for_all(defect):
    """Your inputs show some of the defects only. Ask of each defect: which purchases would it read
    differently?
    """
    return [*_PAST, (1, "B", 9)], 8, 2


def too_many_purchases(defect):
    """There are more than 12 purchases. Keep the example small enough to check by hand."""
    return [(user, "ABCD"[user % 4], day) for user in range(5) for day in range(9)], 4, 2


def list_of_no_places(defect):
    """``k`` is not from 1 to 26. With ``k`` 0 nothing is shown."""
    return [*_PAST, (1, "B", 9)], 8, 0


def items_in_lower_case(defect):
    """An item is not a single capital letter."""
    return [(user, item.lower(), day) for user, item, day in [*_PAST, (1, "B", 9)]], 8, 2


def not_three_values(defect):
    """Return three values: the events, the cutoff and ``k``."""
    return _PAST


# ---- temporal_split -------------------------------------------------------------------------


def random_fifth(events, cutoff):
    """The split is random. The model then learns from Friday what the user bought on Thursday.
    Compare ``day`` with the cutoff.
    """
    held_out = np.random.default_rng(0).permutation(len(events)) < len(events) / 5
    known = events["user"].isin(events.loc[~held_out, "user"])
    cold = sorted(events.loc[~known, "user"].unique().tolist())
    return events[~held_out], events[held_out & known], cold


def last_of_each_user(events, cutoff):
    """Each user's last day became the test, whenever it was. The model then learns from one user's
    later days when it is tested on another's earlier day. Use one date for all.
    """
    last = events["day"] == events.groupby("user")["day"].transform("max")
    return events[~last], events[last], []


def cutoff_day_trained_on(events, cutoff):
    """Events of the day ``cutoff`` are in your training set. It is the first day of the test
    period.
    """
    return reference.temporal_split(events, cutoff + 1)


def cutoff_day_lost(events, cutoff):
    """Events of the day ``cutoff`` are in neither of your parts. It is the first day of the test
    period.
    """
    return reference.temporal_split(events[events["day"] != cutoff], cutoff)


def known_pairs_dropped(events, cutoff):
    """Purchases that repeat one of the training set were dropped from the test set. All events of
    users who occur in ``train`` must stay.
    """
    train, test, cold = reference.temporal_split(events, cutoff)
    seen = set(zip(train["user"], train["item"], strict=True))
    new = [pair not in seen for pair in zip(test["user"], test["item"], strict=True)]
    return train, test[np.array(new, dtype=bool)], cold


def users_who_do_not_return_dropped(events, cutoff):
    """Your training set has only users who occur in the test period. All events before ``cutoff``
    must be in it: on that day nobody knows who will come back.
    """
    train, test, cold = reference.temporal_split(events, cutoff)
    return train[train["user"].isin(test["user"])], test, cold


def cold_users_as_they_come(events, cutoff):
    """The users without a past come in the order of the rows. List them in ascending order."""
    train, test, cold = reference.temporal_split(events, cutoff)
    users = events.loc[events["day"] >= cutoff, "user"].unique().tolist()
    return train, test, [user for user in users if user in cold]


def cold_users_repeated(events, cutoff):
    """A user without a past who has several events is listed several times. List each user once."""
    train, test, cold = reference.temporal_split(events, cutoff)
    return train, test, sorted(events.loc[events["user"].isin(cold), "user"].tolist())


def cold_users_repeated__as_they_come(events, cutoff):
    train, test, cold = reference.temporal_split(events, cutoff)
    return train, test, events.loc[events["user"].isin(cold), "user"].tolist()


def rows_renumbered(events, cutoff):
    """The rows of one of your frames have a new index. Both frames must keep the index of their
    rows.
    """
    train, test, cold = reference.temporal_split(events, cutoff)
    return train.reset_index(drop=True), test.reset_index(drop=True), cold


def rows_renumbered__of_the_test_set(events, cutoff):
    train, test, cold = reference.temporal_split(events, cutoff)
    return train, test.reset_index(drop=True), cold


def rows_sorted_by_day(events, cutoff):
    """Your rows are sorted by day. Both frames must keep the order of their rows."""
    return reference.temporal_split(events.sort_values("day", kind="stable"), cutoff)


def cold_users_scored(events, cutoff):
    """Users who do not occur in the training set are in your test set. List them instead."""
    train, _, cold = reference.temporal_split(events, cutoff)
    return train, events[events["day"] >= cutoff], cold


def cold_items_dropped(events, cutoff):
    """Items that are new in the test period were dropped from it. They must stay: the shop sells
    them.
    """
    train, test, cold = reference.temporal_split(events, cutoff)
    return train, test[test["item"].isin(train["item"])], cold


def cold_users_not_listed(events, cutoff):
    """Users without a past are in no list. Return them, so that a report can count them."""
    train, test, _ = reference.temporal_split(events, cutoff)
    return train, test, []


# ---- precision_recall_at_k ------------------------------------------------------------------


def both_over_k(ranked, relevant, k):
    """Recall was divided by ``k``. It is the share of the relevant items that were found."""
    precision, _ = reference.precision_recall_at_k(ranked, relevant, k)
    return precision, precision


def precision_over_shown(ranked, relevant, k):
    """Precision was divided by the number of items shown. Divide by ``k``: an empty place is no
    hit.
    """
    _, recall = reference.precision_recall_at_k(ranked, relevant, k)
    hits = len(set(relevant) & set(ranked[:k]))
    return (hits / len(ranked[:k]) if ranked[:k] else 0.0) if relevant else recall, recall


def repeats_are_hits(ranked, relevant, k):
    """An item that is shown twice was counted as two hits."""
    if not relevant:
        return float("nan"), float("nan")
    hits = sum(item in relevant for item in ranked[:k])
    return hits / k, hits / len(set(relevant))


def repeats_give_up_their_place(ranked, relevant, k):
    """Repeats were removed before the list was cut, so later items moved up. A repeat takes a
    place.
    """
    return reference.precision_recall_at_k(list(dict.fromkeys(ranked)), relevant, k)


def relevant_counted_with_repeats(ranked, relevant, k):
    """An item that is listed as relevant twice was counted twice."""
    if not relevant:
        return float("nan"), float("nan")
    hits = len(set(relevant) & set(ranked[:k]))
    return hits / k, hits / len(relevant)


def zero_when_nothing_relevant(ranked, relevant, k):
    """A user without relevant items scored 0. The contract says NaN, so that a mean can leave her
    out.
    """
    return reference.precision_recall_at_k(ranked, relevant, k) if relevant else (0.0, 0.0)


def whole_list_counted(ranked, relevant, k):
    """Places after the ``k``-th were counted too."""
    return reference.precision_recall_at_k(ranked, relevant, max(k, len(ranked)))


def whole_list_counted__over_k(ranked, relevant, k):
    _, recall = reference.precision_recall_at_k(ranked, relevant, max(k, len(ranked)))
    return recall * len(set(relevant)) / k, recall


def places_of_different_items(ranked, relevant, k):
    """Precision was divided by fewer than ``k`` places when an item is shown twice. An item that is
    shown twice takes two places.
    """
    _, recall = reference.precision_recall_at_k(ranked, relevant, k)
    hits = len(set(relevant) & set(ranked[:k]))
    twice = len(ranked[:k]) - len(set(ranked[:k]))
    return (hits / (k - twice) if relevant else recall), recall


def recall_over_at_most_k(ranked, relevant, k):
    """Recall was divided by no more than ``k``. Divide by the number of different relevant items,
    also when they are more than the places.
    """
    precision, recall = reference.precision_recall_at_k(ranked, relevant, k)
    n = len(set(relevant))
    return precision, recall * n / min(k, n) if n else recall


def only_recall_is_nan(ranked, relevant, k):
    """Without a relevant item only recall is NaN. The contract says NaN for both."""
    precision, recall = reference.precision_recall_at_k(ranked, relevant, k)
    return precision if relevant else 0.0, recall


def nothing_shown_is_nan(ranked, relevant, k):
    """In your answer an empty list scores NaN. Nothing was found where something is relevant: both
    must be 0.
    """
    nothing = float("nan"), float("nan")
    return reference.precision_recall_at_k(ranked, relevant, k) if ranked else nothing


def nothing_shown_is_nan__precision_only(ranked, relevant, k):
    precision, recall = reference.precision_recall_at_k(ranked, relevant, k)
    return (precision if ranked else float("nan")), recall


def rounded_to_two_decimals(ranked, relevant, k):
    """Your values are rounded to two decimals. Round a metric when you print it, not before its
    mean is taken.
    """
    return tuple(round(x, 2) for x in reference.precision_recall_at_k(ranked, relevant, k))


def swapped(ranked, relevant, k):
    """Precision and recall are returned in the wrong order."""
    return reference.precision_recall_at_k(ranked, relevant, k)[::-1]


# ---- ndcg_at_k ------------------------------------------------------------------------------


def _ndcg(ranked, gain, k, discount=lambda place: 1 / np.log2(place + 2), best=None, seen=True):
    dcg, met = 0.0, set()
    for place, item in enumerate(ranked[:k]):
        if item not in met or not seen:
            dcg += gain.get(item, 0) * discount(place)
        met.add(item)
    best = sorted(gain.values(), reverse=True)[:k] if best is None else best
    ideal = sum(g * discount(place) for place, g in enumerate(best))
    return float(dcg / ideal) if ideal > 0 else float("nan")


def ideal_from_what_was_shown(ranked, gain, k):
    """The best list was made of the items that were shown. A list with one of a hundred relevant
    items is then perfect. The best list is made of all relevant items.
    """
    shown = sorted((gain.get(item, 0) for item in dict.fromkeys(ranked[:k])), reverse=True)
    if not any(gain.values()):
        return float("nan")
    return _ndcg(ranked, gain, k, best=shown) if any(shown) else 0.0


def ideal_not_cut(ranked, gain, k):
    """The best list was not cut at ``k`` places. With more relevant items than places no list can
    then reach 1.
    """
    return _ndcg(ranked, gain, k, best=sorted(gain.values(), reverse=True))


def one_over_rank(ranked, gain, k):
    """The discount is one over the place. The contract divides by a logarithm."""
    return _ndcg(ranked, gain, k, discount=lambda place: 1 / (place + 1))


def no_discount(ranked, gain, k):
    """In your answer every place counts alike, so the order of the list does not matter."""
    return _ndcg(ranked, gain, k, discount=lambda place: 1.0)


def repeats_gain_again(ranked, gain, k):
    """An item that is shown twice gained twice."""
    return _ndcg(ranked, gain, k, seen=False)


def gains_as_powers_of_two(ranked, gain, k):
    """The gain entered as a power of 2. That is another convention: here it enters as it is."""
    return _ndcg(ranked, {item: 2.0**g - 1 for item, g in gain.items()}, k)


def gains_all_alike(ranked, gain, k):
    """Every relevant item counted 1, whatever it is worth."""
    return _ndcg(ranked, {item: float(g > 0) for item, g in gain.items()}, k)


def not_normalised(ranked, gain, k):
    """The sum was not divided by the sum of the best list."""
    return _ndcg(ranked, gain, k) and float(
        sum(
            gain.get(item, 0) / np.log2(place + 2)
            for place, item in enumerate(ranked[:k])
            if item not in ranked[:place]
        )
        if any(gain.values())
        else float("nan")
    )


def nothing_relevant_scores_zero(ranked, gain, k):
    """A user with nothing to gain scored 0. The contract says NaN, so that a mean can leave her
    out.
    """
    score = _ndcg(ranked, gain, k)
    return 0.0 if np.isnan(score) else score


def list_not_cut(ranked, gain, k):
    """Places after the ``k``-th gained too."""
    return _ndcg(ranked, gain, max(k, len(ranked)), best=sorted(gain.values(), reverse=True)[:k])


def repeats_move_up(ranked, gain, k):
    """Repeats were removed before places were counted, so later items moved up. A repeat takes a
    place.
    """
    return _ndcg(list(dict.fromkeys(ranked)), gain, k)


def discount_of_the_first_paper(ranked, gain, k):
    """Your discount is the logarithm of the place, and 1 for the first. The formula has log2(j + 1)
    for place j.
    """
    return _ndcg(ranked, gain, k, discount=lambda place: 1 / max(1.0, np.log2(place + 1)))


def discount_a_place_late(ranked, gain, k):
    """The first place is discounted as if it were the second. Divide by log2(j + 1) with j counted
    from 1: for the first place that is 1.
    """
    return _ndcg(ranked, gain, k, discount=lambda place: 1 / np.log2(place + 3))


def ideal_as_long_as_the_list(ranked, gain, k):
    """The best list was cut at the number of items that were shown. It must have ``k`` places, also
    where fewer items were shown.
    """
    best = sorted(gain.values(), reverse=True)[: min(k, len(ranked))]
    return _ndcg(ranked, gain, k, best=best)


def ideal_as_long_as_the_list__zero_when_empty(ranked, gain, k):
    score = ideal_as_long_as_the_list(ranked, gain, k)
    return score if ranked or not any(gain.values()) else 0.0


def ideal_not_sorted(ranked, gain, k):
    """The gains of the best list were not sorted. Its largest gain must come first."""
    return _ndcg(ranked, gain, k, best=list(gain.values())[:k])


def nothing_shown_is_unknown(ranked, gain, k):
    """In your answer an empty list scores NaN. It shows nothing where something was to gain: the
    score must be 0.
    """
    return _ndcg(ranked, gain, k) if ranked else float("nan")


PLANTED_NDCG = {
    function.__name__: function
    for function in (
        ideal_from_what_was_shown,
        ideal_not_cut,
        list_not_cut,
        repeats_gain_again,
        repeats_move_up,
        gains_as_powers_of_two,
        gains_all_alike,
        not_normalised,
        nothing_relevant_scores_zero,
    )
}


# ---- kill_ndcg ------------------------------------------------------------------------------


def accepts_whatever_comes(fn):
    """Your test rejected none of the wrong implementations. All of them are right on the docstring
    example. Try gains of different sizes and more relevant items than places.
    """
    return True


def rejects_whatever_comes(fn):
    """Your test rejected every implementation, right ones too."""
    return False


def only_the_missing_division_found(fn):
    """Your test rejected only the implementation that does not divide by the best list. By most
    wrong formulas a perfect list scores 1 too. Try gains of different sizes, and a list that is
    neither perfect nor worthless.
    """
    return bool(np.isclose(fn(["a", "b"], {"a": 2, "b": 1}, 2), 1.0))


_CASES = (
    (["a", "b", "c"], {"b": 1, "c": 3, "x": 2}, 3),
    (["a", "b", "c", "d"], {"d": 2, "b": 1}, 2),
    (["b", "b", "a"], {"b": 1, "a": 2}, 3),
    (["a"], {"a": 1, "b": 1, "c": 1}, 2),
    (["b", "b", "a", "c"], {"a": 3, "c": 1}, 3),
)


def compares_with_equals(fn):
    """Your test rejected right implementations together with the wrong ones. Right answers may
    differ in the last digits: does your test compare floats with ``==``?
    """
    exact = all(float(fn(*case)) == reference.ndcg_at_k(*case) for case in _CASES)
    return bool(exact and np.isnan(fn(["a"], {}, 1)))


def tries_only_the_empty_gain(fn):
    """Your test rejected only the implementation that scores a user without gains. How should the
    others be scored?
    """
    return bool(np.isnan(fn(["a"], {}, 1)))


def checks_only_the_range(fn):
    """Your test rejected only implementations whose score can be above 1. Most wrong formulas stay
    from 0 to 1: compute what the score should be.
    """
    return bool(0 <= fn(["b", "b"], {"b": 3}, 2) <= 1)


# ---- popularity_topk ------------------------------------------------------------------------


def _ranked(score, train, user, k, exclude_seen):
    if exclude_seen:
        score = score.drop(train.loc[train["user"] == user, "item"].unique())
    return score.sort_values(ascending=False, kind="stable").index[:k].tolist()


def purchases_counted(train, user, k, exclude_seen=True):
    """Purchases were counted. One user who buys an item every day then makes it popular: count
    different users.
    """
    return _ranked(train.groupby("item").size(), train, user, k, exclude_seen)


def quantities_added(train, user, k, exclude_seen=True):
    """Quantities were added up, and units differ between items: count different users."""
    return _ranked(train.groupby("item")["quantity"].sum(), train, user, k, exclude_seen)


def seen_always_excluded(train, user, k, exclude_seen=True):
    """``exclude_seen=False`` had no effect. On a page to buy again, bought items belong."""
    return reference.popularity_topk(train, user, k, True)


def seen_never_excluded(train, user, k, exclude_seen=True):
    """Items that the user has bought are in your list, although ``exclude_seen`` is True."""
    return reference.popularity_topk(train, user, k, False)


def cut_before_excluding(train, user, k, exclude_seen=True):
    """The list was cut to ``k`` first, and bought items were removed after that. Remove them first,
    then cut.
    """
    best = reference.popularity_topk(train, user, k, False)
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [item for item in best if item not in seen]


def filled_up_with_seen(train, user, k, exclude_seen=True):
    """When too few new items are left, bought items fill your list. It must end before ``k``
    instead: with ``exclude_seen`` no bought item may be in it.
    """
    top = reference.popularity_topk(train, user, k, exclude_seen)
    every = reference.popularity_topk(train, user, len(train), False)
    return [*top, *(item for item in every if item not in top)][:k]


def newcomer_gets_nothing(train, user, k, exclude_seen=True):
    """In your answer a user who does not occur in ``train`` gets an empty list. She has bought
    nothing, so there is nothing to leave out for her.
    """
    if user not in set(train["user"]):
        return []
    return reference.popularity_topk(train, user, k, exclude_seen)


def own_purchases_ignored(train, user, k, exclude_seen=True):
    """The user's own purchases were left out before users were counted. All users count for
    popularity; ``exclude_seen`` is only about what she is shown.
    """
    seen = train.loc[train["user"] == user, "item"].unique() if exclude_seen else []
    buyers = train[train["user"] != user].groupby("item")["user"].nunique()
    return _best(buyers.drop(seen, errors="ignore"), k)


def _best(score, k):
    return score.sort_values(ascending=False, kind="stable").index[:k].tolist()


def equals_as_they_come(train, user, k, exclude_seen=True):
    """Of equally popular items the one that occurs first in the table came first. The lower number
    must come first.
    """
    buyers = train.groupby("item", sort=False)["user"].nunique()
    return _ranked(buyers, train, user, k, exclude_seen)


def equals_as_they_come__value_counts(train, user, k, exclude_seen=True):
    buyers = train.drop_duplicates(["user", "item"])["item"].value_counts()
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [item for item in buyers.index.tolist() if item not in seen][:k]


def more_than_k_when_tied(train, user, k, exclude_seen=True):
    """Your list has more than ``k`` items when the last place is tied. Of equals the lower number
    must come first, and ``k`` is the most.
    """
    every = reference.popularity_topk(train, user, len(train), exclude_seen)
    buyers = train.groupby("item")["user"].nunique()
    least = buyers[every[k - 1]] if k <= len(every) else 0
    return [item for item in every if buyers[item] >= least]


def buyers_returned(train, user, k, exclude_seen=True):
    """These are numbers of buyers. Return the items."""
    items = reference.popularity_topk(train, user, k, exclude_seen)
    return train.groupby("item")["user"].nunique()[items].tolist()


def equals_in_reverse(train, user, k, exclude_seen=True):
    """Of equally popular items the higher number came first."""
    buyers = train.groupby("item")["user"].nunique().iloc[::-1]
    return _ranked(buyers, train, user, k, exclude_seen)


# ---- paired_bootstrap_ci --------------------------------------------------------------------


def unpaired_draws(a, b, n=2000, seed=0):
    """Users were drawn for each recommender apart. The same users were judged twice: draw users
    once, for the difference.
    """
    rng = np.random.default_rng(seed)
    a, b = np.asarray(a, float), np.asarray(b, float)
    one, other = (rng.integers(0, len(a), (n, len(a))) for _ in range(2))
    low, high = np.percentile(a[one].mean(axis=1) - b[other].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def spread_of_users(a, b, n=2000, seed=0):
    """These are percentiles of the users, not of their mean. They do not come closer with more
    users.
    """
    low, high = np.percentile(_gap(a, b), [2.5, 97.5])
    return float(low), float(high)


def spread_of_users__drawn(a, b, n=2000, seed=0):
    drawn = np.random.default_rng(seed).choice(_gap(a, b), n)
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(low), float(high)


def _gap(a, b):
    return np.asarray(a, float) - np.asarray(b, float)


def always_the_same_seed(a, b, n=2000, seed=0):
    """The argument ``seed`` has no effect: two seeds draw the same users."""
    return reference.paired_bootstrap_ci(a, b, n, 0)


def median_of_the_users(a, b, n=2000, seed=0):
    """The median of each sample was taken. The interval is that of the mean, which few large
    differences move.
    """
    difference = _gap(a, b)
    draws = np.random.default_rng(seed).integers(0, len(difference), (n, len(difference)))
    low, high = np.percentile(np.median(difference[draws], axis=1), [2.5, 97.5])
    return float(low), float(high)


def difference_in_a_narrow_type(a, b, n=2000, seed=0):
    """The two were subtracted in their own type. An unsigned integer has no negative numbers:
    0 - 1 is 255. Make floats of them first.
    """
    return reference.paired_bootstrap_ci(np.asarray(a) - np.asarray(b), np.zeros(len(a)), n, seed)


def sign_reversed(a, b, n=2000, seed=0):
    """Your difference is ``b - a``. A better first recommender then comes out as a loss."""
    return reference.paired_bootstrap_ci(b, a, n, seed)


def ten_thousand_by_default(a, b, n=10_000, seed=0):
    """Without ``n`` another number of samples is drawn. The contract says 2,000."""
    return reference.paired_bootstrap_ci(a, b, n, seed)


def ten_thousand_by_default__one_thousand(a, b, n=1000, seed=0):
    return reference.paired_bootstrap_ci(a, b, n, seed)


def seed_ignored(a, b, n=2000, seed=0):
    """Two calls with the same seed differ. Make a new generator from ``seed`` in every call."""
    return reference.paired_bootstrap_ci(a, b, n, int(np.random.default_rng().integers(2**31)))


def ninety_per_cent(a, b, n=2000, seed=0):
    """Your ends are the 5th and the 95th percentile, with 90 % between them. A 95 % interval leaves
    2.5 % on each side.
    """
    rng = np.random.default_rng(seed)
    difference = _gap(a, b)
    draws = rng.integers(0, len(difference), (n, len(difference)))
    low, high = np.percentile(difference[draws].mean(axis=1), [5, 95])
    return float(low), float(high)


def drawn_without_replacement(a, b, n=2000, seed=0):
    """Users were drawn without replacement, so every sample holds all of them and nothing
    varies.
    """
    difference = float(np.mean(_gap(a, b)))
    return difference, difference


def two_standard_errors(a, b, n=2000, seed=0):
    """Your ends are equally far from the mean, as for a normal distribution. When few users gain
    much they are not: draw users, and take percentiles.
    """
    difference = _gap(a, b)
    margin = 1.96 * difference.std(ddof=1) / np.sqrt(len(difference))
    return float(difference.mean() - margin), float(difference.mean() + margin)


def always_two_thousand_draws(a, b, n=2000, seed=0):
    """The argument ``n`` has no effect. It says how many samples are drawn."""
    return reference.paired_bootstrap_ci(a, b, 2000, seed)


# ---- signal_strength ------------------------------------------------------------------------


def _strength(
    events, weights, asof, half_life, *, by=("session",), how="max", total="sum", age=None
):
    """Strengths with one decision changed."""
    past = events[events["day"] < asof]
    past = past.assign(worth=past["kind"].map(weights).astype("float64").fillna(0.0))
    keys = ["user", "item"]
    visits = past.groupby([*keys, *by], as_index=False).agg({"worth": how, "day": "max"})
    days = (asof - visits["day"]) if age is None else age(visits)
    visits["strength"] = visits["worth"] * 0.5 ** (days / half_life)
    table = visits.groupby(keys, as_index=False).agg(strength=("strength", total))
    return table[table["strength"] > 0].reset_index(drop=True)


def signals_of_a_session_added(events, weights, asof, half_life):
    """All signals of a session were added. Who buys an item has viewed it and put it into the cart:
    that is one decision, and only its largest weight must count.
    """
    return _strength(events, weights, asof, half_life, how="sum")


def signals_of_a_session_added__event_by_event(events, weights, asof, half_life):
    past = events[events["day"] < asof]
    worth = past["kind"].map(weights).fillna(0.0) * 0.5 ** ((asof - past["day"]) / half_life)
    table = past[["user", "item"]].assign(strength=worth)
    table = table.groupby(["user", "item"], as_index=False)["strength"].sum()
    return table[table["strength"] > 0].reset_index(drop=True)


def kinds_added_once_each(events, weights, asof, half_life):
    """Repeated views of a session counted once, but view, cart and purchase were added. Only the
    largest weight of a session must count.
    """
    once = events.drop_duplicates(["user", "item", "session", "kind"])
    return _strength(once, weights, asof, half_life, how="sum")


def strongest_session_only(events, weights, asof, half_life):
    """The sessions of a user with an item were not added up: one of them, or the strongest signal
    of all, counted alone. Coming back is a signal.
    """
    return _strength(events, weights, asof, half_life, total="max")


def strongest_session_only__at_the_last_day(events, weights, asof, half_life):
    return _strength(events, weights, asof, half_life, by=())


def one_visit_a_day(events, weights, asof, half_life):
    """Two sessions of one day counted once. Each session with the item must count."""
    return _strength(events.assign(session=events["day"]), weights, asof, half_life)


def one_event_of_a_session(events, weights, asof, half_life):
    """The first or the last event of a session counted, in the order of the rows. The largest
    weight of the session must count.
    """
    return _strength(events, weights, asof, half_life, how="last")


def one_event_of_a_session__the_first(events, weights, asof, half_life):
    return _strength(events, weights, asof, half_life, how="first")


def weight_of_the_whole_session(events, weights, asof, half_life):
    """Every item of a session got the largest weight of the session, also when another item had it.
    The weight must be that of the user's signals for the item itself.
    """
    worth = events["kind"].map(weights).astype("float64").fillna(0.0)
    largest = worth.groupby(events["session"]).transform("max")
    names = {each: str(each) for each in sorted({*largest})}
    return _strength(
        events.assign(kind=largest.map(names)),
        {text: number for number, text in names.items()},
        asof,
        half_life,
    )


def one_item_of_a_session(events, weights, asof, half_life):
    """A session counted for one item only. It must count once for each item in it."""
    worth = events["kind"].map(weights).astype("float64").fillna(0.0)
    order = worth.sort_values(kind="stable").index
    return reference.signal_strength(
        events.loc[order].drop_duplicates("session", keep="last"), weights, asof, half_life
    )


def day_of_asof_counted(events, weights, asof, half_life):
    """Events of the day ``asof`` or later were counted. Count only days before ``asof``."""
    return _strength(events, weights, asof + 1, half_life, age=lambda v: asof - v["day"])


def day_of_asof_counted__no_filter(events, weights, asof, half_life):
    return _strength(events, weights, 10**9, half_life, age=lambda v: asof - v["day"])


def never_forgotten(events, weights, asof, half_life):
    """In your answer old signals count like new ones. A signal must lose half of its weight in each
    half-life.
    """
    return _strength(events, weights, asof, half_life, age=lambda v: 0 * v["day"])


def half_life_as_mean_life(events, weights, asof, half_life):
    """Your weight falls as exp(-age / half_life). After one half-life that leaves 37 %. Half must
    be left.
    """
    return _strength(events, weights, asof, half_life * np.log(2))


def aged_in_whole_half_lives(events, weights, asof, half_life):
    """The age was counted in whole half-lives. Parts of a half-life must count too."""
    return _strength(
        events, weights, asof, half_life, age=lambda v: (asof - v["day"]) // half_life * half_life
    )


def aged_to_the_last_event(events, weights, asof, half_life):
    """The age was counted to the last event in the data. Count it to ``asof``."""
    past = events.loc[events["day"] < asof, "day"]
    last = past.max() if len(past) else asof
    return _strength(events, weights, asof, half_life, age=lambda v: last - v["day"])


def aged_to_the_last_event__of_all_days(events, weights, asof, half_life):
    last = events["day"].max()
    return _strength(events, weights, asof, half_life, age=lambda v: last - v["day"])


def rows_not_numbered(events, weights, asof, half_life):
    """Rows were left out, and the others kept their numbers. Number the rows from 0 without a
    gap.
    """
    table = pairs_of_no_strength_kept(events, weights, asof, half_life)
    return table[table["strength"] > 0]


def sorted_by_strength(events, weights, asof, half_life):
    """Your rows are sorted by strength. The contract sorts them by user, then by item."""
    table = reference.signal_strength(events, weights, asof, half_life)
    return table.sort_values("strength", ascending=False, kind="stable", ignore_index=True)


def pairs_in_the_index(events, weights, asof, half_life):
    """User and item are in the index. They must be columns."""
    table = reference.signal_strength(events, weights, asof, half_life)
    return table.set_index(["user", "item"])


def pairs_in_the_index__as_a_series(events, weights, asof, half_life):
    return pairs_in_the_index(events, weights, asof, half_life)["strength"]


def pairs_of_no_strength_kept(events, weights, asof, half_life):
    """Pairs with strength 0 are in your table. Leave them out: they say nothing."""
    past = events[events["day"] < asof]
    pairs = past[["user", "item"]].drop_duplicates()
    table = pairs.merge(reference.signal_strength(events, weights, asof, half_life), how="left")
    return table.fillna({"strength": 0.0}).sort_values(["user", "item"], ignore_index=True)


def users_added_together(events, weights, asof, half_life):
    """The strengths of all users were added for each item. The table must have a row for each user
    and item.
    """
    table = reference.signal_strength(events, weights, asof, half_life)
    return table.groupby("item", as_index=False)["strength"].sum()


# ---- mmr_rerank -----------------------------------------------------------------------------


def _mmr(relevance, similarity, k, lam, near, allowed=np.isfinite, digits=9):
    relevance, similarity = np.array(relevance, float), np.array(similarity, float)
    left = [int(i) for i in np.flatnonzero(allowed(relevance))]
    chosen: list[int] = []
    while left and len(chosen) < k:
        values = [
            np.round(lam * relevance[i] - (1 - lam) * near(similarity, i, chosen, left), digits)
            for i in left
        ]
        best = left[int(np.argmax(values))]
        chosen.append(best)
        left.remove(best)
    return chosen


def _largest(similarity, i, chosen, left):
    return similarity[i, chosen].max() if chosen else 0.0


def relevance_alone(relevance, similarity, k, lam=0.7):
    """Your items come in the order of relevance. What is already chosen had no effect."""
    return _mmr(relevance, similarity, k, 1.0, lambda s, i, c, left: 0.0)


def weights_exchanged(relevance, similarity, k, lam=0.7):
    """``lam`` and ``1 - lam`` are exchanged. ``lam`` is the weight of relevance."""
    return reference.mmr_rerank(relevance, similarity, k, 1 - lam)


def mean_similarity(relevance, similarity, k, lam=0.7):
    """The mean similarity to the chosen items was subtracted. A near copy of one of them then gets
    through: take the largest.
    """
    return _mmr(relevance, similarity, k, lam, lambda s, i, c, left: s[i, c].mean() if c else 0.0)


def sum_of_similarities(relevance, similarity, k, lam=0.7):
    """The similarities to all chosen items were added up. The penalty then grows with the list:
    take the largest.
    """
    return _mmr(relevance, similarity, k, lam, lambda s, i, c, left: s[i, c].sum() if c else 0.0)


def first_item_only(relevance, similarity, k, lam=0.7):
    """Only the item chosen first was compared. Compare with all items that are chosen."""
    return _mmr(relevance, similarity, k, lam, lambda s, i, c, left: s[i, c[0]] if c else 0.0)


def last_item_only(relevance, similarity, k, lam=0.7):
    """Only the item chosen last was compared. Compare with all items that are chosen."""
    return _mmr(relevance, similarity, k, lam, lambda s, i, c, left: s[i, c[-1]] if c else 0.0)


def similarity_to_all_candidates(relevance, similarity, k, lam=0.7):
    """Similarity to all candidates was subtracted. Only the items chosen so far take part."""

    def near(s, i, chosen, left):
        others = [j for j in [*chosen, *left] if j != i]
        return s[i, others].max() if others else 0.0

    return _mmr(relevance, similarity, k, lam, near)


def similarity_added(relevance, similarity, k, lam=0.7):
    """Similarity was added, so the list fills with copies of its first item. Subtract it."""
    return _mmr(relevance, similarity, k, lam, lambda s, i, c, left: -_largest(s, i, c, left))


def negative_similarity_ignored(relevance, similarity, k, lam=0.7):
    """A negative similarity was treated as 0. An item that is the opposite of what is chosen adds
    to variety.
    """
    return _mmr(
        relevance, similarity, k, lam, lambda s, i, c, left: max(0.0, _largest(s, i, c, left))
    )


def hidden_items_shown(relevance, similarity, k, lam=0.7):
    """Items with minus infinity or NaN competed for the places. They may not be shown."""
    with np.errstate(invalid="ignore"):
        return _mmr(relevance, similarity, k, lam, _largest, allowed=np.ones_like)


def hidden_items_shown__nan_only(relevance, similarity, k, lam=0.7):
    with np.errstate(invalid="ignore"):
        return _mmr(relevance, similarity, k, lam, _largest, allowed=lambda r: r != -np.inf)


def hidden_items_shown__at_the_end(relevance, similarity, k, lam=0.7):
    shown = reference.mmr_rerank(relevance, similarity, k, lam)
    rest = [i for i in range(len(relevance)) if i not in shown]
    return [*shown, *rest][:k]


def equals_in_any_order(relevance, similarity, k, lam=0.7):
    """Of items with equal marginal relevance the highest number was chosen. Choose the lowest."""
    relevance, similarity = np.array(relevance, float), np.array(similarity, float)
    n = len(relevance)
    turned = reference.mmr_rerank(relevance[::-1], similarity[::-1, ::-1], k, lam)
    return [n - 1 - i for i in turned]


def compared_to_the_last_digit(relevance, similarity, k, lam=0.7):
    """Two marginal relevances that differ only by the error of binary numbers were told apart. They
    are equal, so the lowest number is chosen.
    """
    return _mmr(relevance, similarity, k, lam, _largest, digits=17)


def first_by_relevance_alone(relevance, similarity, k, lam=0.7):
    """The first place went to the most relevant item, whatever ``lam`` is. With ``lam`` 0 the
    marginal relevance of all items is 0 there, so the lowest number is chosen.
    """
    first = reference.mmr_rerank(relevance, similarity, 1, 1.0)
    relevance, similarity = np.array(relevance, float), np.array(similarity, float)
    left = [int(i) for i in np.flatnonzero(np.isfinite(relevance)) if i not in first]
    while left and len(first) < k:
        values = [lam * relevance[i] - (1 - lam) * similarity[i, first].max() for i in left]
        first.append(left.pop(int(np.argmax(np.round(values, 9)))))
    return first


def most_relevant_reordered(relevance, similarity, k, lam=0.7):
    """Only the ``k`` most relevant items were put into another order. An item from further down can
    be chosen too, when it is unlike the others.
    """
    relevance = np.array(relevance, float)
    best = reference.mmr_rerank(relevance, similarity, k, 1.0)
    others = [i for i in range(len(relevance)) if i not in best]
    relevance[others] = np.nan
    return reference.mmr_rerank(relevance, similarity, k, lam)


def scores_returned(relevance, similarity, k, lam=0.7):
    """These are the relevances of the chosen items. Return their positions."""
    chosen = reference.mmr_rerank(relevance, similarity, k, lam)
    return [float(np.asarray(relevance, float)[i]) for i in chosen]
