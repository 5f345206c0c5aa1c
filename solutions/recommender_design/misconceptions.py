"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

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
    """Popularity was counted over all purchases, those to be predicted included."""
    return _evaluate("future_in_popularity", events, cutoff, k)


def cutoff_day_in_training(events, cutoff, k):
    """The day of the cutoff was taken for the past: what is judged from then on was learned."""
    return _evaluate("cutoff_day_in_training", events, cutoff, k)


def seen_items_count(events, cutoff, k):
    """What a user had bought before was recommended, and buying it again was a hit."""
    return _evaluate("seen_items_count", events, cutoff, k)


def lines_instead_of_users(events, cutoff, k):
    """One user who buys something every day made it popular."""
    return _evaluate("lines_instead_of_users", events, cutoff, k)


def divided_by_k(events, cutoff, k):
    """Hits were divided by the length of the list: that is precision."""
    return _evaluate("divided_by_k", events, cutoff, k)


def cold_users_score_zero(events, cutoff, k):
    """Users without a past were judged with 0, so the score falls when the shop wins customers."""
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
    """Nobody is left to judge: every evaluation then says NaN, flawed or not. At least one user
    needs a purchase before the cutoff and a new item from it on.
    """
    return _PAST, 8, 2


def one_input_for_all(defect):
    """One input for every defect, on which only some of them matter. Ask of each defect which
    purchase it would read differently, and put in that purchase.
    """
    return [*_PAST, (1, "B", 9)], 8, 2


def too_many_purchases(defect):
    """At most 12 purchases: an example that nobody can check by hand convinces nobody."""
    return [(user, "ABCD"[user % 4], day) for user in range(5) for day in range(9)], 4, 2


def list_of_no_places(defect):
    """A list of 0 places shows nothing, so there is nothing to judge: ``k`` is at least 1."""
    return [*_PAST, (1, "B", 9)], 8, 0


def items_in_lower_case(defect):
    """Items are single capital letters, so that everybody breaks ties in the same order."""
    return [(user, item.lower(), day) for user, item, day in [*_PAST, (1, "B", 9)]], 8, 2


def events_alone(defect):
    """Return all three arguments: the events, the cutoff and ``k``."""
    return _PAST


# ---- temporal_split -------------------------------------------------------------------------


def random_fifth(events, cutoff):
    """The split is random: the model learns from Friday what the user bought on Thursday. Compare
    ``day`` with the cutoff.
    """
    held_out = np.random.default_rng(0).permutation(len(events)) < len(events) / 5
    known = events["user"].isin(events.loc[~held_out, "user"])
    cold = sorted(events.loc[~known, "user"].unique().tolist())
    return events[~held_out], events[held_out & known], cold


def last_of_each_user(events, cutoff):
    """Each user's last purchase is the test, whenever it was. One user's future is then trained on
    while another's past is tested: one date for all.
    """
    last = events["day"] == events.groupby("user")["day"].transform("max")
    return events[~last], events[last], []


def cutoff_day_trained_on(events, cutoff):
    """The day of the cutoff is in the training set: it is the first day of the test period."""
    return reference.temporal_split(events, cutoff + 1)


def cold_users_scored(events, cutoff):
    """Users whom the model has never seen are in the test set. List them; do not score them."""
    train, _, cold = reference.temporal_split(events, cutoff)
    return train, events[events["day"] >= cutoff], cold


def cold_items_dropped(events, cutoff):
    """Items that are new in the test period were dropped from it. The shop sells them, so a
    recommender that cannot know them must lose by it.
    """
    train, test, cold = reference.temporal_split(events, cutoff)
    return train, test[test["item"].isin(train["item"])], cold


def cold_users_not_listed(events, cutoff):
    """Cold users vanished without a trace: return them, so that the report says how many."""
    train, test, _ = reference.temporal_split(events, cutoff)
    return train, test, []


# ---- precision_recall_at_k ------------------------------------------------------------------


def both_over_k(ranked, relevant, k):
    """Recall was divided by ``k``: it is the share of what was wanted."""
    precision, _ = reference.precision_recall_at_k(ranked, relevant, k)
    return precision, precision


def precision_over_shown(ranked, relevant, k):
    """Precision was divided by the number of items shown. An empty place is a wasted place: divide
    by ``k``.
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
    """Repeats were taken out before the list was cut, so that later items moved up. A repeat keeps
    its place.
    """
    return reference.precision_recall_at_k(list(dict.fromkeys(ranked)), relevant, k)


def relevant_counted_with_repeats(ranked, relevant, k):
    """What is listed as relevant twice was counted twice: wanted is wanted."""
    if not relevant:
        return float("nan"), float("nan")
    hits = len(set(relevant) & set(ranked[:k]))
    return hits / k, hits / len(relevant)


def zero_when_nothing_relevant(ranked, relevant, k):
    """A user who wanted nothing was scored with 0. She says nothing about the list: NaN."""
    return reference.precision_recall_at_k(ranked, relevant, k) if relevant else (0.0, 0.0)


def whole_list_counted(ranked, relevant, k):
    """Places after the ``k``-th were counted too."""
    return reference.precision_recall_at_k(ranked, relevant, max(k, len(ranked)))


def swapped(ranked, relevant, k):
    """Precision and recall come in the wrong order."""
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
    """The best list was made of the items shown. Showing one of a hundred relevant items is then
    perfect: the ideal is taken over all that is relevant.
    """
    shown = sorted((gain.get(item, 0) for item in dict.fromkeys(ranked[:k])), reverse=True)
    if not any(gain.values()):
        return float("nan")
    return _ndcg(ranked, gain, k, best=shown) if any(shown) else 0.0


def ideal_not_cut(ranked, gain, k):
    """The best list was not cut at ``k`` places: nobody can then reach 1."""
    return _ndcg(ranked, gain, k, best=sorted(gain.values(), reverse=True))


def one_over_rank(ranked, gain, k):
    """The discount is one over the place; the contract asks for one over the logarithm."""
    return _ndcg(ranked, gain, k, discount=lambda place: 1 / (place + 1))


def no_discount(ranked, gain, k):
    """Every place counts alike: that is a share of the gain, and the order does not matter."""
    return _ndcg(ranked, gain, k, discount=lambda place: 1.0)


def repeats_gain_again(ranked, gain, k):
    """An item that is shown twice gained twice."""
    return _ndcg(ranked, gain, k, seen=False)


def gains_as_powers_of_two(ranked, gain, k):
    """The gain entered as a power of 2, which is another convention; here it enters as it is."""
    return _ndcg(ranked, {item: 2.0**g - 1 for item, g in gain.items()}, k)


def gains_all_alike(ranked, gain, k):
    """Every relevant item counted 1, whatever it is worth."""
    return _ndcg(ranked, {item: float(g > 0) for item, g in gain.items()}, k)


def not_normalised(ranked, gain, k):
    """The sum was not divided by that of the best list."""
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
    """With nothing to gain the score is NaN, not 0: the mean over users must leave her out."""
    score = _ndcg(ranked, gain, k)
    return 0.0 if np.isnan(score) else score


PLANTED_NDCG = {
    function.__name__: function
    for function in (
        ideal_from_what_was_shown,
        ideal_not_cut,
        one_over_rank,
        no_discount,
        repeats_gain_again,
        gains_as_powers_of_two,
        gains_all_alike,
        not_normalised,
        nothing_relevant_scores_zero,
    )
}


# ---- kill_ndcg ------------------------------------------------------------------------------


def accepts_whatever_comes(fn):
    """Your test accepts every implementation: a test that cannot fail tests nothing."""
    return True


def rejects_whatever_comes(fn):
    """Your test rejects right implementations too. Does it compare floats with ``==``, or insist on
    something that the contract leaves open?
    """
    return False


def tries_a_perfect_list_only(fn):
    """A perfect list scores 1 by nearly every wrong formula too. Try a list that is neither perfect
    nor worthless, with gains of different sizes, and relevant items that are not shown.
    """
    return bool(np.isclose(fn(["a", "b"], {"a": 2, "b": 1}, 2), 1.0))


def tries_one_hit_only(fn):
    """One relevant item with a gain of 1 hides most mistakes: with it, powers, sums and ideals all
    come to the same.
    """
    return bool(np.isclose(fn(["a", "b"], {"b": 1}, 2), 1 / np.log2(3)))


def tries_only_the_empty_gain(fn):
    """Your test tries only a user without gains. How are the others scored?"""
    return bool(np.isnan(fn(["a"], {}, 1)))


def checks_only_the_range(fn):
    """Your test checks that the score lies between 0 and 1, as that of most wrong ones does."""
    return bool(0 <= fn(["b", "b"], {"b": 3}, 2) <= 1)


# ---- popularity_topk ------------------------------------------------------------------------


def _ranked(score, train, user, k, exclude_seen):
    if exclude_seen:
        score = score.drop(train.loc[train["user"] == user, "item"].unique())
    return score.sort_values(ascending=False, kind="stable").index[:k].tolist()


def purchases_counted(train, user, k, exclude_seen=True):
    """Purchases were counted. One user who buys an item every day makes it popular: count users."""
    return _ranked(train.groupby("item").size(), train, user, k, exclude_seen)


def quantities_added(train, user, k, exclude_seen=True):
    """Quantities were added up, and a pound is no better than a piece: count users."""
    return _ranked(train.groupby("item")["quantity"].sum(), train, user, k, exclude_seen)


def seen_always_excluded(train, user, k, exclude_seen=True):
    """``exclude_seen=False`` changed nothing: on a page to buy again, seen items belong."""
    return reference.popularity_topk(train, user, k, True)


def seen_never_excluded(train, user, k, exclude_seen=True):
    """What the user has bought is recommended, though ``exclude_seen`` says not to."""
    return reference.popularity_topk(train, user, k, False)


def cut_before_excluding(train, user, k, exclude_seen=True):
    """The list was cut to ``k`` first and emptied of seen items after: exclude, then cut."""
    best = reference.popularity_topk(train, user, k, False)
    seen = set(train.loc[train["user"] == user, "item"]) if exclude_seen else set()
    return [item for item in best if item not in seen]


def equals_in_reverse(train, user, k, exclude_seen=True):
    """Of equally popular items the higher number came first: sort stably, in descending order."""
    buyers = train.groupby("item")["user"].nunique().iloc[::-1]
    return _ranked(buyers, train, user, k, exclude_seen)


# ---- coverage_and_gini ----------------------------------------------------------------------


def _gini(counts):
    counts = np.asarray(counts)
    m = len(counts)
    if counts.sum() == 0:
        return float("nan")
    return float(((2 * np.arange(1, m + 1) - m - 1) * counts).sum() / (m * counts.sum()))


def _shown(rec_lists, catalog):
    return [sum(item in items for items in rec_lists) for item in catalog]


def never_shown_left_out(rec_lists, catalog):
    """The Gini was taken over the items that are shown. Those that never are make up the
    inequality: count them, with 0.
    """
    coverage, _ = reference.coverage_and_gini(rec_lists, catalog)
    return coverage, _gini(sorted(count for count in _shown(rec_lists, catalog) if count))


def counts_not_sorted(rec_lists, catalog):
    """The formula needs the counts in ascending order."""
    coverage, _ = reference.coverage_and_gini(rec_lists, catalog)
    return coverage, _gini(_shown(rec_lists, catalog))


def coverage_of_a_list(rec_lists, catalog):
    """The coverage of each list was averaged. Lists that all show the same hundred items cover a
    hundred: take what all lists show together.
    """
    coverage, gini = reference.coverage_and_gini(rec_lists, catalog)
    if not rec_lists or not catalog:
        return coverage, gini
    return mean(len(set(items) & set(catalog)) / len(catalog) for items in rec_lists), gini


def unknown_items_counted(rec_lists, catalog):
    """Items that are not in the catalogue were counted as coverage."""
    _, gini = reference.coverage_and_gini(rec_lists, catalog)
    shown = {item for items in rec_lists for item in items}
    return (len(shown) / len(catalog) if catalog else float("nan")), gini


def repeats_in_a_list_counted(rec_lists, catalog):
    """An item that stands twice in a list was counted twice for it."""
    coverage, _ = reference.coverage_and_gini(rec_lists, catalog)
    return coverage, _gini(sorted(sum(items.count(i) for items in rec_lists) for i in catalog))


def equality_instead_of_inequality(rec_lists, catalog):
    """That is 1 minus the Gini: 0 means that all are shown equally often."""
    coverage, gini = reference.coverage_and_gini(rec_lists, catalog)
    return coverage, 1 - gini


# ---- paired_bootstrap_ci --------------------------------------------------------------------


def unpaired_draws(a, b, n=2000, seed=0):
    """Users were drawn for each recommender by themselves. The same users were judged twice, and
    what they have in common cancels: draw once, for the difference.
    """
    rng = np.random.default_rng(seed)
    a, b = np.asarray(a), np.asarray(b)
    one, other = (rng.integers(0, len(a), (n, len(a))) for _ in range(2))
    low, high = np.percentile(a[one].mean(axis=1) - b[other].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def spread_of_users(a, b, n=2000, seed=0):
    """That is the spread of the users, not of their mean: it does not shrink with more of them."""
    low, high = np.percentile(np.asarray(a) - np.asarray(b), [2.5, 97.5])
    return float(low), float(high)


def sign_reversed(a, b, n=2000, seed=0):
    """The difference is ``b - a``: a better first recommender comes out as a loss."""
    return reference.paired_bootstrap_ci(b, a, n, seed)


def seed_ignored(a, b, n=2000, seed=0):
    """Two calls with the same seed differ: pass the seed to the generator."""
    return reference.paired_bootstrap_ci(a, b, n, int(np.random.default_rng().integers(2**31)))


def ninety_per_cent(a, b, n=2000, seed=0):
    """The 5th and the 95th percentile hold 90 % between them: a 95 % interval leaves 2.5 % on each
    side.
    """
    rng = np.random.default_rng(seed)
    difference = np.asarray(a) - np.asarray(b)
    draws = rng.integers(0, len(difference), (n, len(difference)))
    low, high = np.percentile(difference[draws].mean(axis=1), [5, 95])
    return float(low), float(high)


def drawn_without_replacement(a, b, n=2000, seed=0):
    """Users were drawn without replacement, so every draw holds all of them and nothing varies."""
    difference = float(np.mean(np.asarray(a) - np.asarray(b)))
    return difference, difference


def two_standard_errors(a, b, n=2000, seed=0):
    """The ends are equally far from the mean, as for a normal distribution. With few users of whom
    one gains much they are not: draw users, and take the percentiles.
    """
    difference = np.asarray(a) - np.asarray(b)
    margin = 1.96 * difference.std(ddof=1) / np.sqrt(len(difference))
    return float(difference.mean() - margin), float(difference.mean() + margin)


def always_two_thousand_draws(a, b, n=2000, seed=0):
    """``n`` changes nothing: it says how many times users are drawn."""
    return reference.paired_bootstrap_ci(a, b, 2000, seed)


# ---- plan_funnel ----------------------------------------------------------------------------


def recall_time_forgotten(n_items, n_slots, budget_ms, recall_ms, rank_us, rerank_us):
    """The recall stage takes time too: its milliseconds are gone before ranking begins."""
    return reference.plan_funnel(
        n_items, n_slots, budget_ms + recall_ms, recall_ms, rank_us, rerank_us
    )


def rerank_time_forgotten(n_items, n_slots, budget_ms, recall_ms, rank_us, rerank_us):
    """The ranker was given all that is left after recall, and nothing is left for re-ranking."""
    rerank_ms = min(10 * n_slots, n_items) * rerank_us / 1000
    return reference.plan_funnel(
        n_items, n_slots, budget_ms + rerank_ms, recall_ms, rank_us, rerank_us
    )


def more_than_there_are(n_items, n_slots, budget_ms, recall_ms, rank_us, rerank_us):
    """The ranker sees more items than the catalogue holds."""
    n_reranked = min(10 * n_slots, n_items)
    rerank_ms = n_reranked * rerank_us / 1000
    n_ranked = int((budget_ms - recall_ms - rerank_ms) * 1000 / rank_us + 1e-9)
    if n_ranked < n_reranked:
        return []
    return [
        ("recall", n_items, n_ranked, float(recall_ms)),
        ("rank", n_ranked, n_reranked, n_ranked * rank_us / 1000),
        ("rerank", n_reranked, min(n_slots, n_items), rerank_ms),
    ]


def impossible_plan(n_items, n_slots, budget_ms, recall_ms, rank_us, rerank_us):
    """The budget does not allow a ranker that sees as many as the re-ranker needs, and the plan was
    made all the same: return an empty list, and ask for more time or fewer slots.
    """
    n_reranked = min(10 * n_slots, n_items)
    rerank_ms = n_reranked * rerank_us / 1000
    affordable = int((budget_ms - recall_ms - rerank_ms) * 1000 / rank_us + 1e-9)
    n_ranked = min(affordable, n_items)
    return [
        ("recall", n_items, n_ranked, float(recall_ms)),
        ("rank", n_ranked, n_reranked, n_ranked * rank_us / 1000),
        ("rerank", n_reranked, min(n_slots, n_items), rerank_ms),
    ]


def microseconds_for_milliseconds(n_items, n_slots, budget_ms, recall_ms, rank_us, rerank_us):
    """Microseconds were taken for milliseconds: a thousand of them make one."""
    return reference.plan_funnel(
        n_items, n_slots, budget_ms, recall_ms, rank_us * 1000, rerank_us * 1000
    )


def half_each(n_items, n_slots, budget_ms, recall_ms, rank_us, rerank_us):
    """The time was split in halves. First see what re-ranking ten items a slot takes; the ranker
    gets the rest.
    """
    left = budget_ms - recall_ms
    n_ranked = min(int(left / 2 * 1000 / rank_us), n_items)
    n_reranked = min(int(left / 2 * 1000 / rerank_us), n_ranked)
    if n_reranked < n_slots:
        return []
    return [
        ("recall", n_items, n_ranked, float(recall_ms)),
        ("rank", n_ranked, n_reranked, n_ranked * rank_us / 1000),
        ("rerank", n_reranked, min(n_slots, n_items), n_reranked * rerank_us / 1000),
    ]
