"""The engine: what an answer may do, and what marking makes of it."""

import contextlib
import dataclasses
import inspect
import io
import math
import os
import stat
import subprocess
import sys
import threading
import warnings

import numpy as np
import pandas as pd
import pytest

from utils import catalogue
from utils.execution import outcomes, worker
from utils.execution.runner import Runner
from utils.exercises import (
    BeatIt,
    BreakIt,
    Metric,
    Property,
    WriteIt,
    WriteTheTest,
    differences,
    small_inputs,
)


def mean_rating(ratings):
    """Mean of the ratings that are given; 0 means not given.

    Examples
    --------
    >>> mean_rating([4, 0, 2])
    3.0
    >>> mean_rating([0, 0])
    nan
    """
    given = [r for r in ratings if r]
    return sum(given) / len(given) if given else float("nan")


def zeros_counted(ratings):
    """A rating of 0 was averaged; it says that there is none."""
    return sum(ratings) / len(ratings)


def crashes_on_nothing(ratings):
    """With no rating there is nothing to divide by."""
    given = [r for r in ratings if r]
    return sum(given) / len(given)


def draw(rng):
    return [([int(v) for v in rng.integers(0, 6, 8)],) for _ in range(6)]


@pytest.fixture
def plain_exercise():
    return WriteIt(
        reference=mean_rating,
        points=4,
        minutes=3,
        level="junior",
        properties=[
            Property("values", "the mean of what is given", draw),
            Property("nan_on_empty", "no rating, no mean", lambda rng: [([0, 0, 0],), ([],)]),
        ],
        misconceptions=[zeros_counted, crashes_on_nothing],
    )


def test_reference_earns_full_marks(plain_exercise):
    mark = plain_exercise.mark(mean_rating)
    assert mark.passed and mark.points == mark.max_points == 4
    assert mark.failed_properties == () and mark.misconception is None


def test_answer_written_another_way_passes(plain_exercise):
    def other(values):
        array = np.array(values, dtype=float)
        array[array == 0] = np.nan
        return np.nanmean(array) if (array == array).any() else np.float64("nan")

    assert plain_exercise.mark(other).passed


def test_misconception_is_named_and_explained(plain_exercise):
    mark = plain_exercise.mark(lambda ratings: float(np.mean(ratings)) if ratings else 1 / 0)
    assert mark.misconception == "zeros_counted"
    assert mark.message == "A rating of 0 was averaged; it says that there is none."
    assert not mark.passed and mark.points == 0


def test_a_known_mistake_is_followed_until_it_differs(plain_exercise):
    called = []

    def says_minus_one(ratings):
        called.append(ratings)
        return -1.0

    other = dataclasses.replace(plain_exercise, misconceptions=[says_minus_one])
    assert other.mark(zeros_counted).misconception is None
    assert 0 < len(called) < len(other.inputs()) / 2
    assert other.mark(lambda ratings: -1.0).misconception == "says_minus_one"


def test_a_property_that_the_reference_has_not_fails_it(plain_exercise):
    never = Property("never", "it cannot hold", draw, lambda call: False)
    impossible = dataclasses.replace(plain_exercise, properties=[never])
    assert impossible.mark(mean_rating).failed_properties == ("never",)


def test_a_comparison_that_warns_is_no_news(plain_exercise):
    def holds(call):
        warnings.warn("a learner can do nothing about this", stacklevel=1)
        return True

    warns = dataclasses.replace(
        plain_exercise, properties=[Property("warns", "it holds all the same", draw, holds)]
    )
    assert warns.mark(mean_rating).passed


def test_partial_credit_by_property(plain_exercise):
    mark = plain_exercise.mark(crashes_on_nothing)
    assert mark.misconception == "crashes_on_nothing"
    assert set(mark.failed_properties) == {"examples", "nan_on_empty"}
    assert 0 < mark.points < mark.max_points


def test_visible_examples_show_expected_and_got(plain_exercise):
    mark = plain_exercise.mark(zeros_counted)
    first = mark.examples[0]
    assert (first.call, first.expected, first.got, first.passed) == (
        "mean_rating([4, 0, 2])",
        "3",
        "2",
        False,
    )


def test_where_the_examples_are_right_the_shortest_wrong_call_is_shown(plain_exercise):
    def nothing_given(ratings):
        return mean_rating(ratings) if ratings else 0.0

    shown = plain_exercise.mark(nothing_given).wrong_call
    assert (shown.call, shown.expected, shown.got) == ("mean_rating([])", "nan", "0")

    def crashes(ratings):
        return mean_rating(ratings) if ratings else ratings[0]

    assert plain_exercise.mark(crashes).wrong_call.got.startswith("IndexError: list index")


def test_a_call_that_was_stopped_or_not_made_is_not_shown(plain_exercise):
    quick = dataclasses.replace(plain_exercise, seconds=0.2)

    def hangs(ratings):
        while len(ratings) == 8:
            pass
        return mean_rating(ratings)

    mark = quick.mark(hangs)
    assert not mark.passed and mark.wrong_call is None


def test_a_call_that_goes_right_alone_is_not_shown(plain_exercise):
    kept = {}

    def remembers(ratings):
        return kept.setdefault(len(ratings), mean_rating(ratings))

    mark = plain_exercise.mark(remembers)
    assert "values" in mark.failed_properties and mark.wrong_call is None


def test_of_an_error_that_is_asked_for_the_kind_is_shown_alone(plain_exercise):
    def refuses(ratings):
        if len(ratings) == 8:
            raise ValueError("the words of the reference")
        return mean_rating(ratings)

    task = dataclasses.replace(plain_exercise, reference=refuses, misconceptions=[])
    assert task.mark(mean_rating).wrong_call.expected == "ValueError"


def test_where_four_digits_agree_all_are_shown(plain_exercise):
    shown = plain_exercise.mark(lambda ratings: mean_rating(ratings) + 1e-4 * (len(ratings) == 8))
    shown = shown.wrong_call
    assert float(shown.got) - float(shown.expected) == pytest.approx(1e-4)


def test_what_changes_no_value_is_not_what_went_wrong(plain_exercise):
    mark = plain_exercise.mark(lambda ratings: mean_rating(ratings) * (1 + 5e-6))
    assert mark.diagnosis.names == ("too_large",)
    mark = plain_exercise.mark(lambda ratings: round(mean_rating(ratings), 2))
    assert "the right one rounded to two decimals" in mark.message


def test_no_drawn_call_is_shown_where_an_example_is_wrong_or_in_marking(plain_exercise):
    assert plain_exercise.mark(zeros_counted).wrong_call is None
    assert plain_exercise.mark(mean_rating).wrong_call is None
    done = worker.collect(lambda ratings: 3.0, plain_exercise.inputs())
    assert plain_exercise.judge(done).wrong_call is None


def test_a_call_that_is_too_long_to_read_is_not_shown(plain_exercise):
    long = Property("long", "many ratings", lambda rng: [([5] * 2000,)])
    other = dataclasses.replace(plain_exercise, properties=[*plain_exercise.properties, long])
    mark = other.mark(lambda ratings: mean_rating(ratings) if len(ratings) < 9 else 0.0)
    assert mark.failed_properties == ("long",) and mark.wrong_call is None


def test_hidden_properties_show_no_value(plain_exercise):
    mark = plain_exercise.mark(lambda ratings: 3.0 if ratings == [4, 0, 2] else float("nan"))
    assert "values" in mark.failed_properties
    assert mark.criteria[1].reason == "the mean of what is given"


def test_untouched_stub_earns_nothing(plain_exercise):
    def stub(ratings):
        raise NotImplementedError("yours to write")

    mark = plain_exercise.mark(stub)
    assert (mark.points, mark.passed, mark.started) == (0, False, False)
    assert "not written yet" in mark.message


class Obliging:
    def __eq__(self, other):
        return True

    def __array__(self, dtype=None, copy=None):
        return np.array(3.0)

    def __float__(self):
        return 3.0


class LyingList(list):
    def __eq__(self, other):
        return True

    def __len__(self):
        return 1


def ends_process(ratings):
    os._exit(0)


def swallows_everything(ratings):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


def patches_numpy(ratings):
    np.isclose = lambda *a, **k: np.array(True)
    return -1.0


def forges_the_channel(ratings):
    pipes = []
    for descriptor in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):
            if stat.S_ISFIFO(os.fstat(descriptor).st_mode):
                pipes.append(descriptor)
    os.write(max(pipes), b"O" + b"\x00" * 7 + b"\x04true")
    return 0


def recurses(ratings):
    return recurses(ratings)


def raises_system_exit(ratings):
    raise SystemExit(3)


def raises_interrupt(ratings):
    raise KeyboardInterrupt


def raises_liar(ratings):
    class Liar(Exception):
        def __str__(self):
            raise RuntimeError("no message for you")

    raise Liar


def asks(ratings):
    return input("expected value? ")


def floods(ratings):
    print("x" * 10_000_000)
    sys.stderr.write("y" * 10_000_000)
    return None


def cyclic(ratings):
    loop = []
    loop.append(loop)
    return loop


HOSTILE = [
    lambda ratings: None,
    lambda ratings: Obliging(),
    lambda ratings: LyingList([3.0]),
    lambda ratings: np.zeros((3, 3)),
    lambda ratings: float("nan"),
    lambda ratings: (x for x in ratings),
    lambda ratings: {"a": Obliging()},
    lambda ratings: 10**100_000,
    lambda ratings: [[0] * 1000] * 10_000,
    lambda ratings: "3.0",
    lambda ratings: True,
    lambda ratings: len,
    lambda: 3.0,
    cyclic,
    ends_process,
    patches_numpy,
    forges_the_channel,
    recurses,
    raises_system_exit,
    raises_interrupt,
    raises_liar,
    asks,
    floods,
]


@pytest.mark.parametrize("answer", HOSTILE)
def test_nothing_an_answer_does_is_raised_or_rewarded(plain_exercise, answer):
    mark = plain_exercise.mark(answer)
    assert mark.points == 0 and not mark.passed
    assert mark.message


@pytest.mark.parametrize("thing", [None, 3.0, "mean_rating", [mean_rating], Obliging()])
def test_what_is_no_function_is_told_so(plain_exercise, thing):
    mark = plain_exercise.mark(thing)
    assert mark.points == 0 and "not a function" in mark.message


def test_a_loop_that_swallows_everything_is_stopped(plain_exercise):
    object.__setattr__(plain_exercise, "seconds", 0.2)
    mark = plain_exercise.mark(swallows_everything)
    assert mark.points == 0 and "did not finish in time" in mark.message


def test_a_hang_costs_only_its_own_calls(plain_exercise):
    def hangs_on_nothing(ratings):
        while not ratings:
            pass
        return mean_rating(ratings)

    object.__setattr__(plain_exercise, "seconds", 0.2)
    mark = plain_exercise.mark(hangs_on_nothing)
    assert mark.failed_properties == ("nan_on_empty",) and mark.points > 0


@pytest.fixture
def without_fork(monkeypatch):
    monkeypatch.setattr(worker, "FORKS", False)


@pytest.mark.usefixtures("without_fork")
def test_where_forking_is_not_safe_marks_are_the_same(plain_exercise):
    assert plain_exercise.mark(mean_rating).passed
    assert plain_exercise.mark(zeros_counted).misconception == "zeros_counted"
    for answer in (raises_system_exit, raises_interrupt, raises_liar, cyclic, lambda r: Obliging()):
        mark = plain_exercise.mark(answer)
        assert mark.points == 0
        assert mark.message


@pytest.mark.usefixtures("without_fork")
def test_where_forking_is_not_safe_a_hang_is_left_behind(plain_exercise):
    released = threading.Event()

    def hangs(ratings):
        released.wait()

    object.__setattr__(plain_exercise, "seconds", 0.05)
    mark = plain_exercise.mark(hangs)
    released.set()
    assert mark.points == 0
    assert "did not finish in time" in mark.message


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ([b"a", bytearray(b"b"), memoryview(b"c"), b""], "abc"),
        (["\u4ef7".encode()[:1], "\u4ef7".encode()[1:]], "\u4ef7"),
        ([b"\xff"], "\ufffd"),
        ([b"x" * 10_000_000] * 2, "x" * outcomes.MAX_PRINTED),
        (["\u4ef7".encode() * 3_000, b"x"], "\u4ef7" * outcomes.MAX_PRINTED),
    ],
)
def test_bytes_that_are_printed_count_as_what_is_printed(written, printed):
    def prints():
        sizes = [sys.stdout.buffer.write(each) for each in written]
        sys.stdout.buffer.flush()
        return sizes

    outcome = Runner(prints)(())
    assert (outcome.printed, outcome.value) == (printed, [len(each) for each in written])


def test_a_stream_may_be_laid_over_the_bytes_and_text_is_no_bytes():
    def prints():
        print("a")
        io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", write_through=True).write("b")
        print("c")
        sys.stdout.buffer.write("d")

    outcome = Runner(prints)(())
    assert (outcome.printed, outcome.failure.kind) == ("a\nbc\n", "TypeError")


def test_an_answer_may_use_thread_pools_that_the_parent_has_used(plain_exercise):
    """A pool of OpenMP threads does not survive a fork, and must not be waited for."""
    from sklearn.cluster import KMeans

    def clusters(ratings):
        labels = KMeans(2, n_init=1, random_state=0).fit_predict(np.eye(50))
        return mean_rating(ratings) + 0 * len(labels)

    clusters([1])
    assert plain_exercise.mark(clusters).passed


@pytest.mark.skipif(not worker.FORKS, reason="an answer runs in a process of its own on Linux")
def test_an_answer_does_not_wait_beside_threads_that_nobody_asked_for():
    """Asked to limit itself, OpenBLAS would start its threads anew in the worker, and they spin."""
    script = """
import os
import numpy as np
import sklearn.cluster
from utils.execution import worker

np.ones((500, 500)) @ np.ones((500, 500))
[outcome] = worker.collect(lambda: len(os.listdir("/proc/self/task")), [()])
print(len(os.listdir("/proc/self/task")) > 1, outcome.value)
"""
    threads = {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=catalogue.ROOT,
        env={**os.environ, **threads},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout.split() == ["True", "1"]


def test_changing_the_input_is_seen(plain_exercise):
    def sorts_in_place(ratings):
        ratings.sort()
        return mean_rating(ratings)

    mark = plain_exercise.mark(sorts_in_place)
    assert mark.failed_properties == ("input_unchanged",)
    assert 0 < mark.points < mark.max_points
    assert (mark.diagnosis.kind, mark.diagnosis.names) == ("difference", ("changes_argument",))
    assert mark.message.startswith("It changes its argument `ratings`.")


def test_only_the_arguments_that_change_are_named():
    def joined(first, second):
        """Both lists, one after the other.

        Examples
        --------
        >>> joined([1], [2])
        [1, 2]
        """
        return first + second

    def extends(first, second):
        first += second
        return first

    def lend(answer, second, how, first):
        return answer(first, second)

    draws = [Property("values", "both lists", lambda rng: [([3], [4, 5]), ([], [1])])]
    task = WriteIt(reference=joined, points=1, minutes=1, level="junior", properties=draws)
    assert task.mark(extends).message.startswith("It changes its argument `first`. ")
    lent = WriteIt(
        reference=joined,
        points=1,
        minutes=1,
        level="junior",
        properties=[Property("values", "both lists", lambda rng: [([3], "plain", [4])])],
        adapter=lend,
        shown=[([1], "plain", [2])],
    )
    assert lent.mark(joined).passed
    assert lent.mark(extends).message.startswith("It changes its argument `first`. ")


def test_patches_stay_in_the_child(plain_exercise):
    before = np.isclose
    plain_exercise.mark(patches_numpy)
    assert np.isclose is before


def test_same_answer_same_mark(plain_exercise):
    assert plain_exercise.mark(zeros_counted, seed=5) == plain_exercise.mark(zeros_counted, seed=5)


def test_judge_needs_an_outcome_for_each_input(plain_exercise):
    with pytest.raises(ValueError, match="0 outcomes for"):
        plain_exercise.judge([])


def test_an_error_that_the_contract_asks_for_is_right():
    def reciprocal(x):
        """One over x.

        Examples
        --------
        >>> reciprocal(4)
        0.25
        """
        if not x:
            raise ValueError("x is 0")
        return 1 / x

    task = WriteIt(
        reference=reciprocal,
        points=2,
        minutes=1,
        level="junior",
        properties=[
            Property("values", "one over x", lambda rng: [(5,), (2,)]),
            Property("refuses_zero", "0 has no reciprocal", lambda rng: [(0,)]),
        ],
    )
    assert task.mark(reciprocal).passed
    assert task.mark(lambda x: 1 / x).failed_properties == ("refuses_zero",)

    def upside_down(x):
        return 1 / reciprocal(x)

    # It fails where it should, so what it is told is where it goes wrong.
    assert "ValueError" not in task.mark(upside_down).message


# ---- the other kinds ----


def shows(defect):
    """Ratings on which the flawed mean is wrong."""
    return ([4, 0],) if defect == "zeros_counted" else ([0],)


def shows_nothing(defect):
    """Full ratings hide every defect."""
    return ([4, 4],)


@pytest.fixture
def break_it():
    return BreakIt(
        reference=shows,
        points=2,
        minutes=2,
        level="junior",
        right=mean_rating,
        defects={"zeros_counted": zeros_counted, "crashes_on_nothing": crashes_on_nothing},
        problem=lambda args: "" if len(args[0]) < 9 else "give at most eight ratings",
        misconceptions=[shows_nothing],
    )


def test_break_it(break_it):
    assert break_it.mark(shows).passed
    mark = break_it.mark(lambda defect: ([4, 0],))
    assert mark.failed_properties == ("breaks_crashes_on_nothing",) and mark.points == 1
    mark = break_it.mark(lambda defect: ([5, 5, 5],))
    assert mark.points == 0 and mark.misconception == "shows_nothing"


@pytest.mark.parametrize("value", [None, 3, ([0] * 50,), ("a",), Obliging(), ([],) * 3])
def test_break_it_refuses_an_input_that_is_not_allowed(break_it, value):
    mark = break_it.mark(lambda defect: value)
    assert mark.points == 0 and mark.message


def test_one_reason_for_all_defects_is_said_once(break_it):
    mark = break_it.mark(lambda defect: ([0] * 9,))
    said = "The inputs for 2 defects are not allowed. The rule: give at most eight ratings."
    assert mark.message == said
    rule = "not allowed; the rule: give at most eight ratings"
    assert {each.reason for each in mark.criteria} == {rule}


def test_a_rule_that_is_broken_is_not_told_as_a_fact(break_it):
    mark = break_it.mark(lambda defect: shows(defect) if defect == "zeros_counted" else ([0] * 9,))
    assert mark.message == (
        "The input for “crashes on nothing” is not allowed. The rule: give at most eight ratings."
    )


def test_where_no_input_came_back_none_is_judged(break_it):
    loop = "The call did not finish in time: look for a loop that never ends."
    stopped, skipped = outcomes.TIMED_OUT, outcomes.NOT_RUN
    message = break_it.judge([outcomes.Outcome(shows("zeros_counted")), stopped]).message
    assert message == f"No input came back for “crashes on nothing”: {loop}"
    many = {f"zeros_{i}": zeros_counted for i in range(4)}
    several = dataclasses.replace(break_it, defects=many)
    message = several.judge([stopped, stopped, skipped, skipped]).message
    assert message == f"No input came back for 4 defects: {loop}"
    good, bad = outcomes.Outcome(([4, 0],)), outcomes.Outcome(([0] * 9,))
    assert several.judge([good, bad, stopped, skipped]).message == (
        "The input for “zeros 1” is not allowed. The rule: give at most eight ratings. "
        f"No input came back for “zeros 2”: {loop}"
    )
    raised = break_it.mark(lambda defect: 1 / 0).message
    assert raised.startswith("No input came back for 2 defects: ZeroDivisionError: division")


def test_rows_of_unequal_length_are_no_table():
    ragged = small_inputs.problem_with_table([[1, 2], [3]], 6, range(6), "")
    assert ragged == "the rows of R, the first of the values, are of one length"
    for table in ([1, 2], 5, [[[1]]]):
        assert small_inputs.problem_with_table(table, 6, range(6), "").startswith("R, the first")
    assert small_inputs.problem_with_table([[1, 2], [3, 0]], 6, range(6), "") == ""
    for series in (np.array(3), 3, [1] * 21):
        assert small_inputs.problem_with_days(series) == "y is a list of at most 20 days"


def tries_gap_and_nothing(implementation):
    """Both a gap and nothing at all are tried."""
    return implementation([4, 0, 2]) == 3.0 and implementation([0]) != implementation([0])


def accepts_all(implementation):
    """A test that cannot fail."""
    return True


@pytest.fixture
def write_the_test():
    return WriteTheTest(
        reference=tries_gap_and_nothing,
        points=3,
        minutes=4,
        level="mid",
        right={
            "reference": mean_rating,
            "by_numpy": lambda r: np.mean([v for v in r if v] or [np.nan]),
        },
        mutants={"zeros_counted": zeros_counted, "crashes_on_nothing": crashes_on_nothing},
        enough=2,
        misconceptions=[accepts_all],
    )


def test_write_the_test(write_the_test):
    assert write_the_test.mark(tries_gap_and_nothing).passed
    half = write_the_test.mark(lambda f: f([4, 0, 2]) == 3.0)
    assert half.points == 1.5 and half.failed_properties == ("rejects_wrong_answers",)
    assert write_the_test.mark(lambda f: True).misconception == "accepts_all"
    assert write_the_test.mark(lambda f: False).points == 0
    assert write_the_test.mark(lambda f: None).points == 0


def test_a_test_that_returns_none_neither_rejects_nor_accepts(write_the_test):
    mark = write_the_test.mark(lambda f: None)
    assert mark.message == "Your test returns neither True nor False."
    assert [each.reason for each in mark.criteria] == [
        "every right one is accepted",
        "0 of 2 wrong ones are rejected, 2 are enough",
    ]

    def says_yes_or_nothing(f):
        return f([4, 0, 2]) == 3.0 or None

    assert write_the_test.mark(says_yes_or_nothing).message == (
        "Sometimes your test returns neither True nor False. "
        "It accepts implementations with these mistakes: “crashes on nothing”."
    )


def test_a_loop_in_a_test_is_told_and_what_was_not_run_has_rejected_nothing(write_the_test):
    keys = [args[0].key for args in write_the_test.inputs()]
    stopped, skipped = outcomes.TIMED_OUT, outcomes.NOT_RUN
    loop = "The call did not finish in time: look for a loop that never ends."
    asked = [skipped if key in write_the_test.right else stopped for key in keys]
    assert write_the_test.judge(asked).message == loop
    asked = [stopped if key == "by_numpy" else skipped for key in keys]
    assert write_the_test.judge(asked).message == (
        f"It rejects 1 of 2 right implementations. On one of them your test stops: {loop}"
    )
    rejects = write_the_test.judge(asked).criteria[1]
    assert (rejects.reason, rejects.share) == (
        "0 of 2 wrong ones are rejected, 2 are enough; not tried: 2",
        0,
    )


def test_what_an_implementation_raises_is_told_as_a_sentence(write_the_test):
    def hands_in_a_text(f):
        return f("four") == 4.0

    message = write_the_test.mark(hands_in_a_text).message
    assert message.startswith(
        "It rejects 2 of 2 right implementations. On one of them your test stops: "
        "the implementation raised an exception on what your test gave it: is it allowed?"
    )
    assert "ImplementationFailed" not in message and message.endswith(".")


@pytest.mark.parametrize("topic", catalogue.topics())
def test_all_implementations_under_test_are_called_alike(topic):
    """A test may leave out what the statement says may be left out."""
    for task in catalogue.load(topic).values():
        if isinstance(task, WriteTheTest):
            signatures = map(inspect.signature, task.implementations.values())
            asked = {str([(p.name, p.default) for p in s.parameters.values()]) for s in signatures}
            assert len(asked) == 1, (task.name, asked)


def test_implementations_have_no_telling_names(write_the_test):
    assert write_the_test.mark(lambda f: f.__name__ not in write_the_test.mutants).points == 0


def guess_last(history):
    """Tomorrow is like today."""
    return [history[-1]] * 4


def guess_trend(history):
    """Tomorrow goes on as today did."""
    step = history[-1] - history[-2]
    return [history[-1] + step * (i + 1) for i in range(4)]


@pytest.fixture
def beat_it():
    def task(seed):
        start = int(np.random.default_rng(seed).integers(0, 100))
        return ([start, start + 2, start + 4],), [start + 6, start + 8, start + 10, start + 12]

    return BeatIt(
        reference=guess_trend,
        points=4,
        minutes=5,
        level="mid",
        task=task,
        baseline=guess_last,
        metrics=[
            Metric("mae", lambda value, truth: float(np.mean(np.abs(np.subtract(value, truth)))))
        ],
        problem=lambda value, history: "" if len(value) == 4 else "return four numbers",
        misconceptions=[guess_last],
    )


def test_beat_it(beat_it):
    assert beat_it.mark(guess_trend).passed
    between = beat_it.mark(lambda history: [history[-1] + 3] * 4)
    assert 0 < between.points < 4 and between.failed_properties == ("mae",)
    same = beat_it.mark(lambda history: np.full(4, history[-1]))
    assert same.points == 0 and same.misconception == "guess_last"


@pytest.mark.parametrize("value", [None, [1, 2], [float("nan")] * 4, Obliging(), ["a"] * 4])
def test_beat_it_refuses_what_is_no_prediction(beat_it, value):
    mark = beat_it.mark(lambda history: value)
    assert mark.points == 0 and not mark.passed


def test_beat_it_tells_the_rule_that_is_broken(beat_it):
    mark = beat_it.mark(lambda history: [1, 2])
    assert mark.message == "What came back is not allowed. The rule: return four numbers."
    assert mark.criteria[0].reason == "not as asked for; the rule: return four numbers"
    nothing = beat_it.mark(lambda history: None).message
    assert nothing == "The function returned None: does every path through it end in a return?"


def test_what_is_no_prediction_has_no_score(beat_it):
    reason = beat_it.mark(lambda history: [1]).criteria[1].reason
    assert reason == "not computed; the baseline reaches 5.000, the reference 0.000"


def test_beat_it_keeps_a_promise_about_its_arguments(beat_it):
    def reverses(history):
        history.reverse()
        return guess_trend(history[::-1])

    assert beat_it.mark(reverses).passed
    promised = dataclasses.replace(beat_it, left_as_is=True)
    assert promised.mark(guess_trend).passed
    mark = promised.mark(reverses)
    assert mark.failed_properties == ("input_unchanged",) and 0 < mark.points < 4
    assert mark.message == (
        "mae: you reach 0.000, the baseline 5.000, the reference 0.000. "
        "Your function changes what it was given: work on a copy."
    )
    # No more is kept by a promise than by the predictions.
    half = promised.mark(lambda history: [history[-1] + 3] * 4)
    assert half.points == beat_it.mark(lambda history: [history[-1] + 3] * 4).points
    assert promised.mark(guess_last).misconception == "guess_last"
    assert promised.mark(guess_last).points == promised.mark(lambda history: None).points == 0


def test_an_exercise_needs_a_property():
    with pytest.raises(ValueError, match="at least one property"):
        WriteIt(reference=mean_rating, points=1, minutes=1, level="junior", properties=[])


def test_unknown_topic_names_the_known_ones():
    with pytest.raises(
        ValueError, match="No topic 'cooking' has exercises.*collaborative_filtering"
    ):
        catalogue.load("cooking")


@pytest.mark.parametrize(
    ("value", "said"),
    [("3.0", "text"), ([3.0], "a sequence"), (object(), "something of type object")],
)
def test_a_value_of_another_kind_is_named(plain_exercise, value, said):
    message = plain_exercise.mark(lambda ratings: value).message
    assert message.endswith(f"There it returned {said}, where a number is expected.")


def test_where_always_none_comes_back_a_return_is_asked_for(plain_exercise):
    message = plain_exercise.mark(lambda ratings: None).message
    assert message == "The function returned None: does every path through it end in a return?"


def test_of_few_calls_no_chance_feature_is_told(plain_exercise):
    mark = plain_exercise.mark(lambda ratings: mean_rating(ratings) if ratings else 0.0)
    assert mark.message == (
        "Calls that check this go wrong: no rating, no mean (nan_on_empty). "
        "1 of its 2 calls goes wrong."
    )


def test_where_some_calls_raise_the_others_are_told_first(plain_exercise):
    mark = plain_exercise.mark(lambda ratings: sum(ratings) / len(ratings) + 1)
    said, stops = mark.message.split(" A call that checks ")
    assert said.startswith("Calls that check this go wrong: ") and "nan_on_empty" not in said
    assert stops.startswith("“nan_on_empty” stops: ZeroDivisionError: division by zero (at ")


def test_an_implementation_goes_on_as_ever_whatever_a_notebook_told_numpy():
    task = catalogue.load("demand_forecasting")["kill_mase"]

    def kill_mase(mase):
        constant = mase(np.array([1.0]), np.array([4.0]), np.array([1.0, 2.0]), 2)
        return math.isnan(constant) and mase(
            np.array([1.0, 2.0]), np.array([2.0, 4.0]), np.array([1.0, 2.0, 4.0]), 1
        ) == pytest.approx(1)

    with np.errstate(all="raise"):
        results = task.mark(kill_mase).criteria
    assert results[0].held, results[0].reason


def pair(right, got):
    return differences.Pair(([],), right, got)


def test_where_all_values_are_0_and_1_no_curve_is_told():
    assert differences._scaled([pair([0, 1, 1], [1, 0, 0]), pair([1, 0], [0, 1])]) is None
    assert differences._scaled([pair([0, 2, 0], [1, 2, 1]), pair([0, 3], [1, 3])]) is None
    assert differences._scaled([pair([0.2, 0.7], [0, 1]), pair([0.6, 0.9], [1, 1])]) is None
    told = differences._scaled([pair([0.2, 0.7], [0.8, 0.3]), pair([0.6, 0.9], [0.4, 0.1])])
    assert told.name == "complement"
    told = differences._scaled([pair([2.2, 0.7], [2, 1]), pair([0.6, 8.9], [1, 9])])
    assert told.name == "rounded"


def test_one_right_value_seen_twice_is_no_pattern():
    assert differences._scaled([pair([4.0], [2.0]), pair([4.0], [2.0])]) is None
    told = differences._scaled([pair([4.0], [2.0]), pair([5.0], [2.5])])
    assert told.text == "Every wrong value is half of the right one."


def test_a_part_is_called_wrong_where_it_is_wrong_in_every_wrong_call():
    both = pair({"a": 1, "b": 2, "c": 3}, {"a": 0, "b": 0, "c": 3})
    one = pair({"a": 1, "b": 2, "c": 3}, {"a": 0, "b": 2, "c": 3})
    said = [differences._parts([both, other]).text for other in (both, one)]
    assert said == [
        "Of the entries, `a` and `b` are wrong; the others are right.",
        "Of the entries, no other than `a` and `b` is ever wrong.",
    ]
    both, one = (pair((1, 2, 3), got) for got in ((0, 0, 3), (0, 2, 3)))
    assert differences._parts([both, one]).text == (
        "Of the 3 values that belong together, only the first and the second are ever wrong."
    )


def test_a_table_is_not_described_by_the_names_of_its_columns():
    table = pd.DataFrame({"frequency": [1], "monetary": [2.0]})
    assert differences._item_kinds([pair(table, [[1, 2], [3]]), pair(table, [[1]])]) is None


def test_an_example_that_reads_alike_is_shown_in_full(plain_exercise):
    def a_little_more(ratings):
        return mean_rating(ratings) + 1e-5

    first = plain_exercise.mark(a_little_more).examples[0]
    assert (first.expected, first.got, first.passed) == ("3.0", "3.00001", False)


def test_an_input_that_shows_nothing_is_told_what_both_say():
    def find(defect):
        """Ratings of which the two make different means."""
        return ([4, 0],)

    task = BreakIt(
        reference=find,
        points=1,
        minutes=1,
        level="junior",
        right=mean_rating,
        defects={"zeros_counted": zeros_counted},
        problem=lambda args: "",
    )
    assert task.mark(find).passed
    assert "the right and the flawed answer are the same: 4" in task.mark(lambda d: ([4],)).message
    assert "fails on it: TypeError" in task.mark(lambda d: (3,)).message


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([float("nan"), 2, 0.5], "numbers"),
        ([None, float("nan")], ""),
        (["a", 1], ""),
        (pd.Series(["a", None]), "text"),
        (pd.to_datetime(["2017-01-02"]), "dates"),
        (pd.to_datetime(["2017-01-02"]).tz_localize("UTC"), "dates with a time zone"),
        ([pd.Timestamp("2017-01-02"), pd.Timestamp("2017-01-02", tz="UTC")], "dates"),
        (True, "True or False"),
    ],
)
def test_what_the_items_of_a_value_are(value, said):
    assert differences._kind(value) == said


def test_values_that_are_close_are_not_equal_values():
    column, right = [0.1, 0.1 + 1e-9, 0.3], [1.0, 2.0, 3.0]

    def told(column):
        wrong = [differences.Pair((column,), right, [5.0, 6.0, 3.0]) for _ in range(2)]
        return differences._where_argument(wrong)

    assert told(column) is None
    assert told([0.1, 0.1, 0.3]).name == "where_tied"


def test_rows_of_other_labels_are_told_before_values_that_repeat():
    right = pd.Series([1, 0], index=[102, 103])
    got = pd.Series([1, 0, 0], index=[102, 103, 108])
    first = next(filter(None, (d([pair(right, got)] * 2) for d in differences.DETECTORS)))
    assert first.name == "rows_extra"
