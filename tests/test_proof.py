"""The proof that the checks work, for every exercise of every topic.

The reference earns full marks, each misconception loses marks and is named, right answers written
differently earn full marks, and the untouched stub earns nothing, whatever the seed.
"""

import contextlib
import datetime
import functools
import importlib
import inspect
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from utils import catalogue, sql
from utils.catalogue import ROOT
from utils.execution import plain
from utils.execution.outcomes import Outcome
from utils.execution.runner import Runner
from utils.exercises import BreakIt, WriteIt, attempt, equality
from utils.exercises.attempt import as_bytes
from utils.exercises.diagnosis import family
from utils.exercises.literal import NoLiteral, literal
from utils.exercises.model import LEVELS
from utils.exercises.proof import NOTHING, SEEDS, mark_of_ours, of_properties, seeds_for

ALL = [(topic, name) for topic in catalogue.topics() for name in catalogue.load(topic)]


def right_answers(topic):
    path = ROOT / "tests" / "right_answers" / f"{topic}.py"
    spec = importlib.util.spec_from_file_location(f"right_answers_{topic}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [
        (topic, *name.split("__"), value)
        for name, value in vars(module).items()
        if inspect.isfunction(value) and "__" in name
    ]


RIGHT = [each for topic in catalogue.topics() for each in right_answers(topic)]


def wrong_answers(topic, name):
    """Each misconception, each implementation of it, and the seeds on which that is tried.

    The first of a family is tried on two; the others share these out, one seed each.
    """
    task = catalogue.load(topic)[name]
    seeds = seeds_for(task)[:2]
    for known in task.misconceptions:
        first, *others = family(known)
        yield topic, name, known, first, seeds
        for place, wrong in enumerate(others):
            yield topic, name, known, wrong, (seeds[place % len(seeds)],)


WRONG = [each for topic, name in ALL for each in wrong_answers(topic, name)]


def breaks(topic, name):
    """Whether an exercise is called with the names of its defects, whatever the seed."""
    return isinstance(catalogue.load(topic)[name], BreakIt)


def says_yes_or_no(topic, name):
    """Whether an answer returns True or False."""
    return inspect.signature(catalogue.load(topic)[name].reference).return_annotation == "bool"


def adapted(topic, name):
    return catalogue.load(topic)[name].adapter is not None


def mark_of_known(task, answer, seed):
    """The mark of an implementation that the exercise runs by itself, by what it did there."""
    asked = attempt.sheet(task, seed)
    return task.judge([asked.run(answer, case) for case in asked.cases], seed)


@pytest.mark.parametrize(("topic", "name"), ALL)
def test_reference_earns_full_marks(topic, name):
    task = catalogue.load(topic)[name]
    for seed in seeds_for(task):
        # On the first seed as a learner's.
        ours = functools.partial(mark_of_ours, task)
        mark = (task.mark if seed == SEEDS[0] else ours)(task.reference, seed)
        assert mark.passed, (seed, mark.failed_properties, mark.message)
        assert mark.points == mark.max_points == task.points
        assert mark.misconception is None


@pytest.mark.parametrize(
    ("topic", "name", "how", "answer"), RIGHT, ids=[f"{n}-{how}" for _, n, how, _ in RIGHT]
)
def test_right_answer_written_differently_earns_full_marks(topic, name, how, answer):
    task = catalogue.load(topic)[name]
    for seed in seeds_for(task)[:2]:
        mark = mark_of_ours(task, answer, seed)
        assert mark.passed, (seed, mark.failed_properties, mark.message, mark.points)


@pytest.mark.parametrize(
    ("topic", "name", "known", "wrong", "seeds"),
    WRONG,
    ids=[f"{n}-{w.__name__}" for _, n, _, w, _ in WRONG],
)
def test_misconception_loses_marks_and_is_named(topic, name, known, wrong, seeds):
    task = catalogue.load(topic)[name]
    for seed in seeds:
        mark = mark_of_known(task, wrong, seed)
        assert mark.points < mark.max_points
        assert mark.failed_properties
        assert mark.misconception == known.__name__, (seed, mark.misconception)
        # What is drawn at random is not the same twice, and more may be said of it.
        assert mark.message.startswith(inspect.getdoc(known))


@pytest.mark.parametrize(("topic", "name"), ALL)
def test_misconception_that_differs_each_time_is_named_each_time(topic, name):
    task = catalogue.load(topic)[name]
    asked = attempt.sheet(task, SEEDS[0])
    for known in task.misconceptions:
        wrong = next(case for case in asked.cases if asked.mistake(known, case))
        again = Runner(known, task.adapter, task.implementations)(wrong.args)
        if as_bytes(again) != as_bytes(asked.run(known, wrong)):
            assert mark_of_ours(task, known, SEEDS[0]).misconception == known.__name__


@pytest.mark.parametrize(("topic", "name"), ALL)
def test_no_number_is_drawn_as_an_array_that_an_answer_could_change(topic, name):
    # `left -= cost` changes an array of no dimension, and leaves a number as it is.
    cases = attempt.sheet(catalogue.load(topic)[name], SEEDS[0]).cases
    arrays = (arg for case in cases for arg in case.args if isinstance(arg, np.ndarray))
    assert all(each.ndim for each in arrays)


@pytest.mark.parametrize(("topic", "name"), ALL)
def test_every_property_is_about_something(topic, name):
    assert list(of_properties(catalogue.load(topic)[name])) == []


@pytest.mark.parametrize(("topic", "name"), ALL)
def test_untouched_stub_earns_nothing(topic, name):
    def stub(*args):
        raise NotImplementedError(f"{name} is yours to write")

    mark = catalogue.load(topic)[name].mark(stub)
    assert (mark.points, mark.passed, mark.started) == (0, False, False)


@pytest.mark.parametrize(("topic", "name"), ALL)
@pytest.mark.parametrize("what", NOTHING)
def test_an_answer_that_does_nothing_earns_nothing(topic, name, what):
    task = catalogue.load(topic)[name]
    mark = mark_of_ours(task, NOTHING[what], SEEDS[0])
    assert mark.points == 0, mark.failed_properties


@pytest.mark.parametrize(("topic", "name"), [pair for pair in ALL if says_yes_or_no(*pair)])
def test_a_coin_earns_a_quarter_of_the_points_at_most(topic, name):
    task = catalogue.load(topic)[name]
    earned = []
    for seed in SEEDS[:2]:
        asked = attempt.sheet(task, seed)
        for coin in map(np.random.default_rng, range(100)):
            said = [Outcome(value=bool(coin.integers(2))) for _ in asked.cases]
            guessed = attempt.Attempt(asked, said)
            earned.append(task.earned(guessed, task.results(guessed)))
    assert np.mean(earned) <= task.points / 4


@pytest.mark.parametrize(("topic", "name"), ALL)
def test_exercise_is_complete(topic, name):
    task = catalogue.load(topic)[name]
    assert len(task.misconceptions) >= 5
    assert all(inspect.getdoc(wrong) for wrong in task.misconceptions)
    assert Counter(n for t, n, _, _ in RIGHT if t == topic)[name] >= 2
    names = [prop.name for prop in getattr(task, "properties", ())]
    assert len(set(names)) == len(names)
    if isinstance(task, WriteIt):
        assert task.examples or task.adapter, "the docstring has no example to show"


@pytest.mark.parametrize(("topic", "name"), ALL)
def test_inputs_are_plain_data(topic, name):
    for args in catalogue.load(topic)[name].inputs():
        for arg in args:
            back = plain.from_bytes(plain.to_bytes(arg))
            assert equality.close(arg, back) or arg == back


@pytest.mark.parametrize(("topic", "name"), ALL)
def test_what_is_pasted_is_the_call(topic, name):
    task = catalogue.load(topic)[name]
    names = {"np": np, "pd": pd, "sparse": sparse, "datetime": datetime}
    names |= {name: lambda *args: args, "ask": lambda said, **tables: (sql.as_tables(tables),)}
    for case in attempt.sheet(task, SEEDS[0]).cases:
        with contextlib.suppress(NoLiteral):
            if call := task.pasted(case):
                back = eval(call, names)
                assert equality.close(back, case.args), call
                # With types, names and labels; the sign of a NaN is nobody's business.
                assert literal(back) == literal(case.args), call


@pytest.mark.parametrize(("topic", "name"), [pair for pair in ALL if not breaks(*pair)])
def test_inputs_are_drawn_anew_for_each_seed(topic, name):
    task = catalogue.load(topic)[name]
    first, second = (
        [plain.to_bytes(list(args)) for args in task.inputs(seed)] for seed in SEEDS[:2]
    )
    assert first != second
    assert first == [plain.to_bytes(list(args)) for args in task.inputs(SEEDS[0])]


@pytest.mark.parametrize(("topic", "name"), [pair for pair in ALL if adapted(*pair)])
def test_adapter_needs_nothing_around_it(topic, name):
    task = catalogue.load(topic)[name]
    elsewhere = {}
    exec(inspect.getsource(task.adapter), elsewhere)
    value = elsewhere[task.adapter.__name__](task.reference, *task.inputs()[0])
    assert plain.from_bytes(plain.to_bytes(value)) is not None


def test_names_are_unique_in_the_course():
    names = [name for _, name in ALL]
    assert len(set(names)) == len(names)
    assert all(catalogue.topic_of(name) == topic for topic, name in ALL)


def test_misconceptions_differ_from_each_other():
    for _, name, _, wrong, _ in WRONG:
        assert wrong.__name__ != name


def test_points_are_whole_and_levels_rise():
    for topic in catalogue.topics():
        tasks = list(catalogue.load(topic).values())
        levels = [LEVELS.index(task.level) for task in tasks]
        assert levels[0] == min(levels)
        assert levels[-1] == max(levels)
        assert all(isinstance(task.points, int) and task.points > 0 for task in tasks)
        assert np.all([task.minutes > 0 for task in tasks])
