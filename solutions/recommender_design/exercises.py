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
    if not isinstance(events, (tuple, list)):
        return "events is a list"
    if len(events) > 12:
        return "events has at most 12 purchases"
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
    minutes=15,
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
        wrong.not_three_values,
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
        # Newcomers from 9 to 11: in the order of numbers, not of text.
        events["user"] += 3
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
            "rows before cutoff are train, later ones test, in their order and with their index",
            lambda rng: [(_events(rng, 60, 4), 11), (_events(rng, 40, 5), 9)],
        ),
        Property("cutoff_day_is_future", "rows of the day cutoff are in test", _on_the_day),
        Property(
            "newcomers",
            "new users are listed and not in test, new items stay in test",
            _with_newcomers,
        ),
        Property(
            "nothing_on_one_side",
            "a cutoff before or after all events gives an empty side",
            lambda rng: [(_events(rng), 0), (_events(rng), 99)],
        ),
    ),
    misconceptions=(
        wrong.random_fifth,
        wrong.last_of_each_user,
        wrong.cutoff_day_trained_on,
        wrong.cutoff_day_lost,
        wrong.cold_users_scored,
        wrong.cold_items_dropped,
        wrong.known_pairs_dropped,
        wrong.users_who_do_not_return_dropped,
        wrong.cold_users_not_listed,
        wrong.cold_users_as_they_come,
        wrong.cold_users_repeated,
        wrong.rows_renumbered,
        wrong.rows_sorted_by_day,
    ),
)


# ---- precision_recall_at_k ------------------------------------------------------------------


def _list_and_wanted(rng, n_shown=10, n_wanted=6):
    ranked = rng.permutation(20)[:n_shown].tolist()
    return ranked, rng.permutation(20)[:n_wanted].tolist()


def _short_list(rng):
    """Three items are shown, and one of them at least is wanted."""
    ranked, wanted = _list_and_wanted(rng, 3, 8)
    hit = ranked[int(rng.integers(3))]
    return ranked, [hit, *(item for item in wanted if item != hit)]


def _with_repeats(rng):
    ranked, _ = _list_and_wanted(rng)
    wanted = [ranked[0], ranked[4], 77]
    return [
        ([ranked[0], *ranked[:4], ranked[0]], wanted, 6),
        (ranked, [*wanted, ranked[0], 77], 5),
        ([ranked[0], *ranked], [*wanted, ranked[0]], 5),
    ]


def _all_found(rng):
    """All that is wanted stands before the last place that counts."""
    ranked = rng.permutation(8).tolist()
    return ranked, [ranked[2], ranked[0]], 5


precision_recall_at_k = WriteIt(
    reference=reference.precision_recall_at_k,
    points=2,
    minutes=6,
    level="junior",
    properties=(
        Property(
            "values",
            "precision is hits over k, recall hits over the relevant items",
            lambda rng: [
                *((*_list_and_wanted(rng), k) for k in (3, 5, 10, 4, 7)),
                _all_found(rng),
            ],
        ),
        Property(
            "short_list",
            "precision is over k also when fewer items are shown",
            lambda rng: [
                *((*_short_list(rng), k) for k in (5, 7)),
                ([], [1, 2], 3),
                # An item whose number is 0 is an item.
                ([0], [0, 4], 2),
            ],
        ),
        Property("repeats_count_once", "an item that is named twice counts once", _with_repeats),
        Property(
            "nan_on_empty",
            "both are NaN when nothing is relevant",
            lambda rng: [([1, 2, 3], [], 2), ([], [], 1), ([5], [], 4)],
            stands="NaN is right in every call",
        ),
    ),
    misconceptions=(
        wrong.both_over_k,
        wrong.precision_over_shown,
        wrong.repeats_are_hits,
        wrong.repeats_give_up_their_place,
        wrong.relevant_counted_with_repeats,
        wrong.places_of_different_items,
        wrong.recall_over_at_most_k,
        wrong.zero_when_nothing_relevant,
        wrong.only_recall_is_nan,
        wrong.nothing_shown_is_nan,
        wrong.rounded_to_two_decimals,
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


def _parts(rng):
    """Gains that are no whole numbers: hardly more than nothing, and not nothing."""
    ranked, gains = _graded(rng)
    return ranked, {item: gain / 4e12 for item, gain in gains.items()}, 6


def _repeated(rng):
    """What comes again is worth most, or nothing: it takes its place."""
    ranked, gains = _graded(rng)
    gains[ranked[1]] = 5
    return [([ranked[1], *ranked], gains, 5), ([99, 99, *ranked], gains, 5)]


# Twelve places, and a best list of twelve.
TWELVE = (list(range(12)), dict.fromkeys(range(1, 13), 1), 12)
ndcg_at_k = WriteIt(
    reference=reference.ndcg_at_k,
    points=3,
    minutes=10,
    level="mid",
    properties=(
        Property(
            "values",
            "the score is the discounted gain over that of the best list",
            lambda rng: [*((*_graded(rng), k) for k in (6, 6, 5)), _parts(rng), TWELVE],
        ),
        Property(
            "ideal_over_all_cut_at_k",
            "the best list holds the best of all relevant items, and k of them",
            lambda rng: [(*_graded(rng, 6, 12), 3), (*_graded(rng, 3, 2), 3)],
        ),
        Property(
            "empty_places",
            "a place that stays empty gains nothing, and the best list still has k places",
            lambda rng: [(*_graded(rng, 3, 8), k) for k in (5, 6)],
        ),
        Property(
            "repeats_gain_once",
            "an item that is shown twice takes two places and gains once",
            _repeated,
        ),
        Property(
            "nan_without_gain",
            "the score is NaN when nothing has a gain",
            lambda rng: [([1, 2], {}, 2), ([1, 2], {1: 0, 5: 0}, 2), ([3], {3: 0.0}, 4)],
            stands="NaN is right in every call",
        ),
        Property(
            "zero_without_hit",
            "a list without a hit scores 0, and so does an empty list",
            lambda rng: [([1, 2], {3: 1}, 2), ([], {3: 1}, 2), ([], {4: 2, 5: 0.5}, 1)],
            stands="0 is right in every call",
        ),
    ),
    misconceptions=(
        *wrong.PLANTED_NDCG.values(),
        wrong.one_over_rank,
        wrong.no_discount,
        wrong.discount_of_the_first_paper,
        wrong.discount_a_place_late,
        wrong.ideal_as_long_as_the_list,
        wrong.ideal_not_sorted,
        wrong.nothing_shown_is_unknown,
    ),
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
    """Right, in plain Python. The best list may get a last digit more than 1."""
    remaining = dict(gain)
    reached = [remaining.pop(item, 0) for item in ranked[:k]]
    best = sorted(gain.values())[::-1][:k]
    ideal = sum(g * math.log(2) / math.log(place) for place, g in enumerate(best, start=2))
    if not ideal:
        return math.nan
    return sum(g / math.log2(place) for place, g in enumerate(reached, start=2)) / ideal


kill_ndcg = WriteTheTest(
    reference=reference.kill_ndcg,
    points=3,
    minutes=15,
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
        wrong.only_the_missing_division_found,
        wrong.compares_with_equals,
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
    table = pd.DataFrame({"user": user, "item": item, "quantity": quantity})
    # Labels that repeat, and that are no users.
    return table.set_index(-1 - rng.permutation(n) % 50)


def _equally_popular(rng):
    # A set of Python does not hold these in ascending order.
    items = rng.permutation([6, 7, 8, 9, 10, 11, 64])
    users = np.repeat([21, 22], 7)
    pairs = pd.DataFrame({"user": users, "item": np.tile(items, 2), "quantity": 1})
    # One buyer for each item, and who asks has every other one.
    halves = pd.DataFrame({"user": 21 + items % 2, "item": items, "quantity": 1})
    return [(pairs, 5, 4, True), (halves, 21, 6, False), (pairs.iloc[::-1], 5, 3, True)]


# Shops number their products by the million. User 1 has the two items that most users bought.
LONG_NUMBERS = pd.DataFrame(
    {
        "user": [1, 2, 3, 1, 2, 3, 2, 3, 2],
        "item": [5, 5, 5, 7, 7, 7, 2_000_000, 2_000_000, 9],
        "quantity": 1,
    }
)
popularity_topk = WriteIt(
    reference=reference.popularity_topk,
    points=2,
    minutes=8,
    level="junior",
    properties=(
        Property(
            "most_users_first",
            "items come by the number of different users",
            lambda rng: [
                *((_purchases(rng), 99, 8, True) for _ in range(2)),
                (LONG_NUMBERS, 99, 4, True),
                # Half a pound is a purchase.
                (LONG_NUMBERS.assign(quantity=[0.5] * 3 + [1.0] * 6), 99, 4, True),
            ],
        ),
        Property(
            "seen_left_out",
            "with exclude_seen the user's own items are left out, and the list still has k items",
            lambda rng: [
                (_purchases(rng), 1, 3, True),
                (LONG_NUMBERS, 1, 1, True),
                # What is left out by default.
                (_purchases(rng), 3, 4),
                # The first user may have the number 0.
                (LONG_NUMBERS.assign(user=LONG_NUMBERS["user"] - 1), 0, 2, True),
            ],
        ),
        Property(
            "seen_kept",
            "without exclude_seen the user's own items stay",
            lambda rng: [(_purchases(rng), user, 8, False) for user in (1, 2)],
        ),
        Property("ties_by_number", "of equals the lower number comes first", _equally_popular),
        Property(
            "more_than_there_are",
            "k may be larger than the number of items",
            lambda rng: [(_purchases(rng), 3, 100, True), (_purchases(rng), 2, 30, True)],
        ),
    ),
    misconceptions=(
        wrong.purchases_counted,
        wrong.quantities_added,
        wrong.seen_always_excluded,
        wrong.seen_never_excluded,
        wrong.cut_before_excluding,
        wrong.filled_up_with_seen,
        wrong.newcomer_gets_nothing,
        wrong.own_purchases_ignored,
        wrong.equals_in_reverse,
        wrong.equals_as_they_come,
        wrong.more_than_k_when_tied,
        wrong.buyers_returned,
    ),
)


# ---- paired_bootstrap_ci --------------------------------------------------------------------


def _with_its_seed(answer, a, b, n=2000, seed=0):
    """The interval; of few draws also whether they are the same again."""
    by_default = (n, seed) == (2000, 0)
    first = answer(a, b) if by_default else answer(a, b, n, seed)
    if first is None:
        return None
    interval = list(first)

    def is_given_by(*args):
        return [*map(str, interval)] == [*map(str, answer(a, b, *args))]

    if by_default:
        again = {"same_again": is_given_by(n, seed), "default_again": is_given_by()}
    elif n == 400:
        again = {
            "same_again": is_given_by(n, seed),
            "other_seed_the_same": is_given_by(n, seed + 1),
        }
    else:
        again = {}
    return {"interval": interval, **again}


def _same_interval(expected, got):
    """Another generator draws other users: each end may differ by a little of the width."""
    if "same_again" in expected:
        # Of so few draws an end says little.
        return all(expected[each] == got[each] for each in expected.keys() - {"interval"})
    low, high = expected["interval"]
    mine = got["interval"]
    if len(mine) != 2:
        return False
    return equality.close([low, high], mine, rtol=0, atol=0.05 * (high - low) + 1e-9)


def _judged_twice(rng, gap, n_users=120, n=6000):
    user = rng.normal(0.5, 0.3, n_users)
    a = user + rng.normal(gap, 0.05, n_users)
    b = user + rng.normal(0, 0.05, n_users)
    return a, b, n, int(rng.integers(1000))


def _three_users(rng):
    """One in 27 samples has the best user alone: more than the 2.5 % above the end."""
    b = rng.integers(1, 9, 3) / 8
    return b + rng.permutation([-1.0, 0.0, 1.0]), b, 6000, int(rng.integers(1000))


def _few_and_skewed(rng):
    """One user in twelve gains much: the last one, or the first."""
    calls = []
    for gains in ([*[0.0] * 11, 1.0], [1.0, *[0.0] * 11]):
        b = rng.normal(0.5, 0.1, 12)
        gain = gains + rng.normal(0, 0.02, 12)
        calls.append((b + gain, b, 6000, int(rng.integers(1000))))
    return calls


# The same small gain for each user: a ranking metric often moves by no more.
SMALL_GAIN = (np.full(3, 0.00142), np.full(3, 0.001), 50, 3)
paired_bootstrap_ci = WriteIt(
    reference=reference.paired_bootstrap_ci,
    points=3,
    minutes=12,
    level="mid",
    adapter=_with_its_seed,
    agrees=_same_interval,
    properties=(
        Property(
            "interval_of_the_mean",
            "the interval is that of the mean difference, with users drawn with replacement",
            lambda rng: [
                *(_judged_twice(rng, gap) for gap in (0.02, -0.01)),
                _three_users(rng),
                SMALL_GAIN,
            ],
        ),
        Property(
            "shrinks_with_users",
            "with four times as many users the interval is half as wide",
            lambda rng: [_judged_twice(rng, 0.01, n_users) for n_users in (60, 240)],
        ),
        Property(
            "as_skewed_as_the_users",
            "when few users gain much, the two ends are not equally far from the mean",
            _few_and_skewed,
        ),
        Property(
            "narrow_integers",
            "zeros and ones of a narrow type are numbers like others",
            lambda rng: [
                (
                    rng.integers(0, 2, 90).astype("uint8"),
                    rng.integers(0, 2, 90).astype("uint8"),
                    6000,
                    int(rng.integers(1000)),
                )
                for _ in range(2)
            ],
        ),
        Property(
            "seed",
            "the same seed gives the same interval, and another seed draws other users",
            lambda rng: [_judged_twice(rng, gap, n=400) for gap in (0.01, 0.0)],
            lambda call: call.value["same_again"] and not call.value["other_seed_the_same"],
        ),
        Property(
            "defaults",
            "without n and seed, 2,000 samples are drawn from the seed 0",
            lambda rng: [_judged_twice(rng, gap)[:2] for gap in (0.02, -0.01)],
            lambda call: call.value["same_again"],
        ),
        Property(
            "n_draws",
            "with n = 1 both ends are the same number",
            lambda rng: [_judged_twice(rng, gap, n=1) for gap in (0.01, -0.02)],
            lambda call: call.value["interval"][0] == call.value["interval"][1],
        ),
    ),
    misconceptions=(
        wrong.unpaired_draws,
        wrong.spread_of_users,
        wrong.sign_reversed,
        wrong.seed_ignored,
        wrong.always_the_same_seed,
        wrong.ninety_per_cent,
        wrong.median_of_the_users,
        wrong.difference_in_a_narrow_type,
        wrong.drawn_without_replacement,
        wrong.two_standard_errors,
        wrong.always_two_thousand_draws,
        wrong.ten_thousand_by_default,
    ),
)


# ---- signal_strength ------------------------------------------------------------------------

_WEIGHTS = {"view": 1.0, "cart": 3.0, "purchase": 8.0}


def _behaviour(rng, n_sessions=25, n_users=4, n_items=5, last_day=40, kinds=None):
    """Sessions with an item: views, then perhaps a cart, then perhaps a purchase."""
    rows = []
    for session in range(n_sessions):
        user, day = rng.integers(1, n_users + 1), rng.integers(0, last_day)
        for item in rng.permutation(n_items)[: rng.integers(1, 3)]:
            signals = ["view"] * int(rng.integers(1, 4)) + ["cart"] * int(rng.integers(0, 2))
            signals += ["purchase"] * int(rng.integers(0, 2))
            signals = kinds(rng) if kinds else signals
            rows += [(user, int(item) + 10, session + 500, day, kind) for kind in signals]
    table = pd.DataFrame(rows, columns=["user", "item", "session", "day", "kind"])
    return table.sample(frac=1, random_state=int(rng.integers(1000)))


def _worthless(rng):
    """Kinds without a weight, and a weight of 0."""
    events = _behaviour(rng, 30, kinds=lambda rng: [rng.choice(["view", "scroll", "share"])])
    return [(events, {"view": 2, "share": 0.0}, 40, 9.0)]


def _around_asof(rng):
    both = _behaviour(rng), _behaviour(rng, 5, 2, 3)
    return [(events.assign(day=18 + events["session"] % 5), _WEIGHTS, 20, 6.0) for events in both]


def _twice_a_day(rng):
    """Somebody comes back to the same item on the same day, in another session."""
    # Here it is the view that says most.
    weights = {"view": 6.0, "cart": 3.0, "purchase": 1.0}
    return [(_behaviour(rng, 16, 2, 3, 5), weights, 9, 2.5)]


def _signals(*kinds):
    """A user's signals on one day, each for another item in a session of its own."""
    n = len(kinds)
    return pd.DataFrame(
        {"user": 1, "item": range(5, 5 + n), "session": range(n), "day": 10, "kind": kinds}
    )


signal_strength = WriteIt(
    reference=reference.signal_strength,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "strengths",
            "each session counts once, with its largest weight and its age",
            lambda rng: [
                *((_behaviour(rng, *few), _WEIGHTS, 40, 7.0) for few in ((), (4, 2, 3))),
                (_signals("view", "like"), {"view": 0.5, "like": 4.0}, 20, 10.0),
            ],
        ),
        Property("before_asof", "events of the day asof and later do not count", _around_asof),
        Property(
            "half_life",
            "a signal is worth half after a half-life, and parts of a half-life count",
            lambda rng: [
                *((_behaviour(rng, *few), _WEIGHTS, 55, 3.0) for few in ((), (4, 2, 3))),
                # Nearly nothing is left, and not nothing.
                (_behaviour(rng, 1, 1, 1), _WEIGHTS, 80, 1.0),
            ],
        ),
        Property(
            "coming_back",
            "several sessions with the same item add up",
            _twice_a_day,
        ),
        Property(
            "no_weight",
            "signals without a weight leave no row",
            lambda rng: [
                *_worthless(rng),
                (_signals("view", "scroll"), {"view": 2.0}, 20, 10.0),
                # Of one item, in one session.
                (_signals("view", "scroll").assign(item=5, session=7), {"view": 2.0}, 20, 10.0),
            ],
        ),
        Property(
            "nothing_yet",
            "before the first event the table is empty",
            lambda rng: [(_behaviour(rng, 4, 2, 3), _WEIGHTS, -5, 7.0)],
        ),
    ),
    misconceptions=(
        wrong.signals_of_a_session_added,
        wrong.kinds_added_once_each,
        wrong.strongest_session_only,
        wrong.one_visit_a_day,
        wrong.one_event_of_a_session,
        wrong.weight_of_the_whole_session,
        wrong.one_item_of_a_session,
        wrong.day_of_asof_counted,
        wrong.never_forgotten,
        wrong.half_life_as_mean_life,
        wrong.aged_in_whole_half_lives,
        wrong.aged_to_the_last_event,
        wrong.pairs_of_no_strength_kept,
        wrong.rows_not_numbered,
        wrong.sorted_by_strength,
        wrong.pairs_in_the_index,
        wrong.users_added_together,
    ),
)


# ---- mmr_rerank -----------------------------------------------------------------------------


def _candidates(rng, n=9, hidden=0):
    """Relevances, and the cosines of vectors in three groups of near copies."""
    group = np.arange(n) % 3
    vectors = rng.normal(size=(3, 4))[group] + 0.25 * rng.normal(size=(n, 4))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    similarity = np.round(unit @ unit.T, 6)
    relevance = np.round(rng.uniform(0.2, 1.0, n) + 0.3 * (group == rng.integers(3)), 6)
    if hidden:
        where = rng.permutation(n)[:hidden]
        relevance[where] = np.where(np.arange(hidden) % 2, np.nan, -np.inf)
        similarity[where] = similarity[:, where] = rng.choice([np.nan, np.inf, 99.0])
    return relevance, similarity


def _alike(rng):
    """Same relevance, same similarity: a page of equals."""
    n = 6
    relevance = np.full(n, 0.1) + np.repeat([0.2, 0.0], 3)
    similarity = np.full((n, n), 0.1)
    block = np.arange(n) % 2
    similarity[block[:, None] == block] = 0.7
    np.fill_diagonal(similarity, 1.0)
    return [(relevance, similarity, k, lam) for k, lam in ((6, 0.3), (4, 0.5), (5, 0.9))]


def _nearly_equal(rng):
    """Two items whose marginal relevances are equal, and the later one larger in binary."""
    # Two hundred thousandths are a difference.
    calls = [(np.array([0.50001, 0.50003]), np.eye(2), 1, 0.7)]
    for k, lam, other in ((3, 0.3, 7), (4, 0.7, 3), (2, 0.6, 4)):
        while True:
            # In hundredths, so that what is equal is known exactly.
            relevance = [int(r) for r in rng.integers(30, 90, 2)]
            near = int(rng.integers(10, 60))
            gap = round(lam * 10) * (relevance[1] - relevance[0])
            if gap % other or not 0 < near + gap // other < 90:
                continue
            nears = [near, near + gap // other]
            one, two = (
                lam * (r / 100) - (1 - lam) * (n / 100)
                for r, n in zip(relevance, nears, strict=True)
            )
            if two > one and nears[0] != nears[1]:
                break
        similarity = np.eye(4)
        similarity[0, 1:] = similarity[1:, 0] = [nears[0] / 100, nears[1] / 100, 0.95]
        similarity[1, 2] = similarity[2, 1] = 0.05
        first = np.array([1.0, relevance[0] / 100, relevance[1] / 100, 0.01])
        calls.append((first, similarity, k, lam))
    return calls


def _only_variety(rng):
    """With ``lam`` 0 all items are equal at the first place."""
    relevance, similarity = _candidates(rng)
    relevance[0] = relevance.min() - 0.1
    hidden = np.array([-np.inf, 0.5, 0.4]), np.eye(3), 2, 0.0
    return [(relevance, similarity, 4, 0.0), (*_candidates(rng, 9, 2), 9, 0.0), hidden]


def _opposites(rng):
    relevance, similarity = _candidates(rng)
    return [(relevance, np.round(similarity - 0.9, 6), 6, lam) for lam in (0.3, 0.6)]


# One item is the opposite of the first, and one is a stranger to it.
OPPOSITE = (
    np.array([1.0, 0.9, 0.8]),
    np.array([[1.0, -0.9, 0.0], [-0.9, 1.0, 0.0], [0.0, 0.0, 1.0]]),
)
mmr_rerank = WriteIt(
    reference=reference.mmr_rerank,
    points=3,
    minutes=12,
    level="mid",
    properties=(
        Property(
            "relevant_and_unlike",
            "each place goes to the largest marginal relevance, given what is chosen",
            lambda rng: [
                *((*_candidates(rng), 6, lam) for lam in (0.3, 0.4, 0.5, 0.6, 0.7)),
                (*OPPOSITE, 2, 0.5),
                # The logarithm of a probability is below 0.
                (np.array([-0.3, -0.1, -0.2]), np.eye(3), 3, 0.5),
            ],
        ),
        Property(
            "hidden_items",
            "an item that may not be shown is not chosen, and its similarities are not read",
            lambda rng: [(*_candidates(rng, 9, 4), k, 0.5) for k in (3, 9)],
        ),
        Property(
            "opposites",
            "a negative similarity adds to the marginal relevance",
            lambda rng: [*_opposites(rng), *_opposites(rng)],
        ),
        Property("equals", "of equals the lowest number is chosen first", _alike),
        Property(
            "nearly_equal",
            "marginal relevances that differ by less than 1e-9 are equal",
            _nearly_equal,
        ),
        Property(
            "only_variety",
            "with lam 0 all items are equal at the first place",
            _only_variety,
        ),
        Property(
            "only_relevance",
            "with lam 1 the order is that of relevance",
            lambda rng: [
                (*_candidates(rng), 9, 1.0),
                # Differences that are small beside the relevances, and not below 1e-9.
                (1000 + 2e-5 * rng.permutation(9), _candidates(rng)[1], 5, 1.0),
            ],
        ),
        Property(
            "default_lam",
            "without lam the weight of relevance is 0.7",
            lambda rng: [(*_candidates(rng), 9) for _ in range(3)],
        ),
        Property(
            "fewer_than_k",
            "the list is shorter than k when there are no more items",
            lambda rng: [
                (*_candidates(rng, 4), 20, 0.6),
                (*_candidates(rng, 6, 3), 5, 0.4),
                (np.array([-np.inf, np.nan]), np.eye(2), 2, 0.5),
            ],
        ),
    ),
    misconceptions=(
        wrong.relevance_alone,
        wrong.weights_exchanged,
        wrong.mean_similarity,
        wrong.sum_of_similarities,
        wrong.last_item_only,
        wrong.first_item_only,
        wrong.similarity_to_all_candidates,
        wrong.similarity_added,
        wrong.negative_similarity_ignored,
        wrong.hidden_items_shown,
        wrong.equals_in_any_order,
        wrong.compared_to_the_last_digit,
        wrong.first_by_relevance_alone,
        wrong.most_relevant_reordered,
        wrong.scores_returned,
    ),
)
