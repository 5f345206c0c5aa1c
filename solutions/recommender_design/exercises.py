"""The exercises on designing and judging a recommender, in teaching order."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from solutions.recommender_design import misconceptions as wrong
from solutions.recommender_design import reference
from utils.exercises import BreakIt, Property, WriteIt, WriteTheTest, equality
from utils.exercises.equality import is_whole

# ---- break it -------------------------------------------------------------------------------


def _problem_with_events(arguments):
    if not isinstance(arguments, (tuple, list)) or len(arguments) != 3:
        return "return three values: events, cutoff and k"
    events, cutoff, k = arguments
    if not isinstance(events, (tuple, list)) or len(events) > 12:
        return "events is a list of at most 12 purchases"
    for event in events:
        if not isinstance(event, (tuple, list)) or len(event) != 3:
            return "a purchase is (user, item, day)"
        user, item, day = event
        if not (is_whole(user) and is_whole(day)):
            return "user and day are whole numbers"
        if not (isinstance(item, str) and len(item) == 1 and "A" <= item <= "Z"):
            return "an item is a single capital letter"
    if not (is_whole(cutoff) and is_whole(k)):
        return "cutoff and k are whole numbers"
    return "" if 1 <= k <= 26 else "k is from 1 to 26"


break_evaluation = BreakIt(
    reference=reference.break_evaluation,
    points=3,
    minutes=10,
    level="junior",
    right=wrong.correct,
    defects=wrong.FLAWED_EVALUATIONS,
    problem=_problem_with_events,
    misconceptions=(
        wrong.nobody_to_judge,
        wrong.one_input_for_all,
        wrong.too_many_purchases,
        wrong.list_of_no_places,
        wrong.items_in_lower_case,
        wrong.events_alone,
    ),
)


# ---- temporal_split -------------------------------------------------------------------------


def _events(rng, n_events=30, n_users=8, n_items=12, last_day=20):
    return pd.DataFrame(
        {
            "user": rng.integers(1, n_users + 1, n_events),
            "item": rng.integers(1, n_items + 1, n_events),
            "day": rng.integers(1, last_day + 1, n_events),
        },
        index=rng.permutation(n_events),
    )


def _with_newcomers(rng):
    cases = []
    for cutoff in (8, 12):
        events = _events(rng)
        events.loc[events["user"] >= 6, "day"] = cutoff + rng.integers(0, 3)
        events.loc[events["item"] >= 10, "day"] = cutoff + 1
        cases.append((events, cutoff))
    return cases


def _on_the_day(rng):
    events = _events(rng)
    return [(events.assign(day=np.where(rng.random(len(events)) < 0.4, 10, events["day"])), 10)]


temporal_split = WriteIt(
    reference=reference.temporal_split,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "past_and_future",
            "training ends where the test begins, and rows keep their order and index",
            lambda rng: [(_events(rng, 60, 4), 11), (_events(rng, 40, 5), 9)],
        ),
        Property("cutoff_day_is_future", "the day of the cutoff belongs to the test", _on_the_day),
        Property(
            "newcomers",
            "new users are listed and not scored, new items stay",
            _with_newcomers,
        ),
        Property(
            "nothing_on_one_side",
            "a cutoff before everything or after everything",
            lambda rng: [(_events(rng), 0), (_events(rng), 99)],
        ),
    ),
    misconceptions=(
        wrong.random_fifth,
        wrong.last_of_each_user,
        wrong.cutoff_day_trained_on,
        wrong.cold_users_scored,
        wrong.cold_items_dropped,
        wrong.cold_users_not_listed,
    ),
)


# ---- precision_recall_at_k ------------------------------------------------------------------


def _list_and_wanted(rng, n_shown=10, n_wanted=6):
    ranked = rng.permutation(20)[:n_shown].tolist()
    return ranked, rng.permutation(20)[:n_wanted].tolist()


def _with_repeats(rng):
    ranked, _ = _list_and_wanted(rng)
    wanted = [ranked[0], ranked[4], 77]
    return [
        ([ranked[0], *ranked[:4], ranked[0]], wanted, 6),
        (ranked, [*wanted, ranked[0], 77], 5),
        ([ranked[0], *ranked], wanted, 5),
    ]


precision_recall_at_k = WriteIt(
    reference=reference.precision_recall_at_k,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "hits over places, hits over what was wanted",
            lambda rng: [(*_list_and_wanted(rng), k) for k in (3, 5, 10, 4, 7)],
        ),
        Property(
            "short_list",
            "a place that is left empty counts against precision",
            lambda rng: [(*_list_and_wanted(rng, 3, 8), 5), ([], [1, 2], 3)],
        ),
        Property("repeats_count_once", "neither list gains by naming an item twice", _with_repeats),
        Property(
            "nan_on_empty",
            "a user who wanted nothing says nothing about the list",
            lambda rng: [([1, 2, 3], [], 2), ([], [], 1)],
        ),
    ),
    misconceptions=(
        wrong.both_over_k,
        wrong.precision_over_shown,
        wrong.repeats_are_hits,
        wrong.repeats_give_up_their_place,
        wrong.relevant_counted_with_repeats,
        wrong.zero_when_nothing_relevant,
        wrong.whole_list_counted,
        wrong.swapped,
    ),
)


# ---- ndcg_at_k ------------------------------------------------------------------------------


def _graded(rng, n_shown=6, n_relevant=8):
    ranked = rng.permutation(15)[:n_shown].tolist()
    items = rng.permutation(15)[:n_relevant].tolist()
    gains = {item: int(rng.integers(1, 5)) for item in items}
    gains[ranked[1]] = 3
    return ranked, gains


def _repeated(rng):
    ranked, gains = _graded(rng)
    return [([ranked[1], *ranked], gains, 5)]


ndcg_at_k = WriteIt(
    reference=reference.ndcg_at_k,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "discounted gain over that of the best list",
            lambda rng: [(*_graded(rng), k) for k in (6, 6, 5, 6)],
        ),
        Property(
            "ideal_over_all_cut_at_k",
            "the best list holds the best of all relevant items, and k of them",
            lambda rng: [(*_graded(rng, 6, 12), 3), (*_graded(rng, 3, 2), 3)],
        ),
        Property("repeats_gain_once", "the same item twice gains once", _repeated),
        Property(
            "nan_without_gain",
            "nothing to gain, nothing to say",
            lambda rng: [([1, 2], {}, 2), ([1, 2], {1: 0, 5: 0}, 2)],
        ),
        Property(
            "zero_without_hit",
            "a list without a hit, or without an item, scores 0",
            lambda rng: [([1, 2], {3: 1}, 2), ([], {3: 1}, 2)],
        ),
    ),
    misconceptions=tuple(wrong.PLANTED_NDCG.values()),
)


# ---- kill_ndcg ------------------------------------------------------------------------------


def _by_sorted_positions(ranked, gain, k):
    """Right, with natural logarithms and numpy floats."""
    gains = np.array([gain.get(x, 0) if x not in ranked[:j] else 0 for j, x in enumerate(ranked)])
    best = np.sort(np.array(list(gain.values()), dtype=float))[::-1][:k]
    if best.sum() == 0:
        return np.float64("nan")
    discounts = 1 / np.log(np.arange(2, max(len(ranked), len(best)) + 2))
    return gains[:k] @ discounts[: len(gains[:k])] / (best @ discounts[: len(best)])


def _by_loop(ranked, gain, k):
    """Right, in plain Python."""

    def total(gains):
        return sum(g / math.log2(place) for place, g in enumerate(gains, start=2))

    remaining = dict(gain)
    reached = [remaining.pop(item, 0) for item in ranked[:k]]
    ideal = total(sorted(gain.values())[::-1][:k])
    return total(reached) / ideal if ideal else math.nan


kill_ndcg = WriteTheTest(
    reference=reference.kill_ndcg,
    points=3,
    minutes=12,
    level="mid",
    right={
        "reference": reference.ndcg_at_k,
        "sorted_positions": _by_sorted_positions,
        "loop": _by_loop,
    },
    mutants=wrong.PLANTED_NDCG,
    enough=8,
    misconceptions=(
        wrong.accepts_whatever_comes,
        wrong.rejects_whatever_comes,
        wrong.tries_a_perfect_list_only,
        wrong.tries_one_hit_only,
        wrong.tries_only_the_empty_gain,
        wrong.checks_only_the_range,
    ),
)


# ---- popularity_topk ------------------------------------------------------------------------


def _purchases(rng, n=80):
    """Users, purchases and quantities each rank the items differently."""
    item = rng.integers(1, 9, n)
    heavy = rng.integers(1, 9)
    user = np.where(item == heavy, rng.integers(1, 4, n), rng.integers(1, 13, n))
    quantity = rng.integers(1, 5, n) * np.where(item == rng.integers(1, 9), 20, 1)
    return pd.DataFrame({"user": user, "item": item, "quantity": quantity})


def _equally_popular(rng):
    items = rng.permutation(np.arange(6, 13))
    users = np.repeat([21, 22], 7)
    pairs = pd.DataFrame({"user": users, "item": np.tile(items, 2), "quantity": 1})
    return [(pairs, 5, 4, True), (pairs, 21, 6, False)]


popularity_topk = WriteIt(
    reference=reference.popularity_topk,
    points=2,
    minutes=8,
    level="junior",
    properties=(
        Property(
            "most_users_first",
            "items by the number of different users",
            lambda rng: [(_purchases(rng), 99, 8, True) for _ in range(3)],
        ),
        Property(
            "seen_left_out",
            "with exclude_seen the user's own items are left out, and k are shown all the same",
            lambda rng: [(_purchases(rng), user, 3, True) for user in (1, 2)],
        ),
        Property(
            "seen_kept",
            "without exclude_seen they stay",
            lambda rng: [(_purchases(rng), user, 8, False) for user in (1, 2)],
        ),
        Property("ties_by_number", "of equals the lower number comes first", _equally_popular),
        Property(
            "more_than_there_are",
            "k may be larger than the number of items",
            lambda rng: [(_purchases(rng), 3, 100, True)],
        ),
    ),
    misconceptions=(
        wrong.purchases_counted,
        wrong.quantities_added,
        wrong.seen_always_excluded,
        wrong.seen_never_excluded,
        wrong.cut_before_excluding,
        wrong.equals_in_reverse,
    ),
)


# ---- coverage_and_gini ----------------------------------------------------------------------


def _lists(rng, n_lists=8, n_items=14, top=9):
    return [rng.permutation(top)[:4].tolist() for _ in range(n_lists)], list(range(n_items))


def _outside_the_catalogue(rng):
    lists, _ = _lists(rng)
    return [(lists, [8, 0, 3, 5, 20, 21])]


def _repeated_in_a_list(rng):
    lists, catalogue = _lists(rng)
    return [([[*items, items[0], items[0]] for items in lists], catalogue)]


coverage_and_gini = WriteIt(
    reference=reference.coverage_and_gini,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "over the whole catalogue, items that are never shown included",
            lambda rng: [
                _lists(rng),
                _lists(rng, 3, 30, 9),
                (_lists(rng)[0], rng.permutation(14).tolist()),
            ],
        ),
        Property(
            "catalogue_decides",
            "what is not in the catalogue counts nowhere",
            _outside_the_catalogue,
        ),
        Property("once_a_list", "an item counts once for each list", _repeated_in_a_list),
        Property(
            "nothing_shown",
            "no list covers nothing, and nothing can be said of inequality",
            lambda rng: [([], [1, 2, 3]), ([[], []], [1, 2])],
        ),
        Property(
            "empty_catalogue",
            "of no items no share can be taken",
            lambda rng: [([[1, 2]], []), ([], [])],
        ),
        Property(
            "all_alike",
            "everything shown equally often is no inequality",
            lambda rng: [([[1, 2, 3], [3, 1, 2]], [1, 2, 3])],
        ),
    ),
    misconceptions=(
        wrong.never_shown_left_out,
        wrong.counts_not_sorted,
        wrong.coverage_of_a_list,
        wrong.unknown_items_counted,
        wrong.repeats_in_a_list_counted,
        wrong.equality_instead_of_inequality,
    ),
)


# ---- paired_bootstrap_ci --------------------------------------------------------------------


def _twice(answer, a, b, *rest):
    """The interval, and whether the same call gives it again."""
    first = answer(a, b, *rest)
    if first is None:
        return None
    interval, again = list(first), list(answer(a, b, *rest))
    return {"interval": interval, "same_again": [*map(str, interval)] == [*map(str, again)]}


def _same_interval(expected, got):
    """Another generator draws other users: each end may differ by a little of the width."""
    low, high = expected["interval"]
    mine = got["interval"]
    if len(mine) != 2 or expected["same_again"] is not got["same_again"]:
        return False
    return equality.close([low, high], mine, rtol=0, atol=0.05 * (high - low) + 1e-9)


def _judged_twice(rng, gap, n_users=120, n=6000):
    user = rng.normal(0.5, 0.3, n_users)
    a = user + rng.normal(gap, 0.05, n_users)
    b = user + rng.normal(0, 0.05, n_users)
    return a, b, n, int(rng.integers(1000))


def _few_and_skewed(rng):
    """One user in twelve gains much."""
    b = rng.normal(0.5, 0.1, 12)
    gain = rng.permutation([1.0] + [0.0] * 11) + rng.normal(0, 0.02, 12)
    return [(b + gain, b, 6000, int(rng.integers(1000)))]


paired_bootstrap_ci = WriteIt(
    reference=reference.paired_bootstrap_ci,
    points=3,
    minutes=12,
    level="mid",
    adapter=_twice,
    agrees=_same_interval,
    properties=(
        Property(
            "interval_of_the_mean",
            "users are drawn with replacement, and both metrics of a user go together",
            lambda rng: [_judged_twice(rng, gap) for gap in (0.02, -0.01, 0.0)],
        ),
        Property(
            "shrinks_with_users",
            "four times as many users, half the width",
            lambda rng: [_judged_twice(rng, 0.01, n_users) for n_users in (60, 240)],
        ),
        Property(
            "as_skewed_as_the_users",
            "where a few gain much, the two ends are not equally far from the mean",
            _few_and_skewed,
        ),
        Property(
            "n_draws",
            "a single draw has a single mean, so both ends are the same",
            lambda rng: [_judged_twice(rng, 0.01, n=1)],
            lambda call: call.value["interval"][0] == call.value["interval"][1],
        ),
    ),
    misconceptions=(
        wrong.unpaired_draws,
        wrong.spread_of_users,
        wrong.sign_reversed,
        wrong.seed_ignored,
        wrong.ninety_per_cent,
        wrong.drawn_without_replacement,
        wrong.two_standard_errors,
        wrong.always_two_thousand_draws,
    ),
)


# ---- plan_funnel ----------------------------------------------------------------------------


def _budgets(rng):
    return [
        (
            int(rng.integers(10**5, 10**7)),
            int(rng.integers(5, 21)),
            float(rng.integers(80, 200)),
            float(rng.integers(5, 20)),
            float(rng.choice([7, 13, 30])),
            float(rng.integers(50, 150)),
        )
        for _ in range(4)
    ]


plan_funnel = WriteIt(
    reference=reference.plan_funnel,
    points=3,
    minutes=15,
    level="senior",
    properties=(
        Property(
            "consistent",
            "what leaves a stage enters the next, and all three fit into the budget",
            _budgets,
        ),
        Property(
            "small_catalogue",
            "no stage sees more items than there are",
            lambda rng: [
                (int(rng.integers(300, 900)), 10, 100.0, 10.0, 20.0, 100.0),
                (40, 10, 50.0, 5.0, 10.0, 100.0),
                (7, 10, 50.0, 5.0, 10.0, 100.0),
            ],
        ),
        Property(
            "budget_too_small",
            "a plan that cannot be kept is no plan",
            lambda rng: [
                (10**6, 20, 40.0, 10.0, 200.0, 100.0),
                (10**6, 20, 25.0, 10.0, 10.0, 100.0),
            ],
        ),
        Property(
            "budget_just_met",
            "a budget may be used up to the last microsecond",
            lambda rng: [(10**6, 10, 30.0, 10.0, 100.0, 100.0)],
        ),
    ),
    misconceptions=(
        wrong.recall_time_forgotten,
        wrong.rerank_time_forgotten,
        wrong.more_than_there_are,
        wrong.impossible_plan,
        wrong.microseconds_for_milliseconds,
        wrong.half_each,
    ),
)
