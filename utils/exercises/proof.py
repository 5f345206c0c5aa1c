"""Whether the check of an exercise works: what `course try` prints and the suite asserts.

The reference earns full marks; each misconception loses marks and is named, whatever the seed; a
property is about something: its calls are not all alike and not degenerate, and some wrong answer
fails on it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from utils.execution import plain
from utils.execution.runner import Runner
from utils.exercises.attempt import sheet
from utils.exercises.beat_it import BeatIt
from utils.exercises.diagnosis import family
from utils.exercises.marks import Mark
from utils.exercises.model import Exercise
from utils.exercises.write_it import Property, WriteIt

SEEDS = (0, 1, 2)
# Answers that do nothing, by what they return.
NOTHING: dict[str, Callable[..., Any]] = {
    "None": lambda *args: None,
    "zero": lambda *args: 0,
    "nan": lambda *args: float("nan"),
    "empty": lambda *args: [],
    "True": lambda *args: True,
    "its input": lambda *args: args[0] if len(args) == 1 else args,
    "first input": lambda *args: args[0],
}


def seeds_for(task: Exercise) -> tuple[int, ...]:
    """The seeds of a proof: one for a hold-out, which takes seconds."""
    return SEEDS[:1] if isinstance(task, BeatIt) else SEEDS


def mark_of_ours(task: Exercise, answer: Callable[..., Any], seed: int) -> Mark:
    """The mark of an answer of our own, which needs no process of its own."""
    run = Runner(answer, task.adapter, task.implementations)
    return task.judge([run(args) for args in task.inputs(seed)], seed)


def shortcomings(task: Exercise) -> Iterator[str]:
    """What is missing in an exercise, a sentence each; nothing when its check works."""
    if len(task.misconceptions) < 5:
        yield f"it has {len(task.misconceptions)} misconceptions; five are wanted"
    for seed in seeds_for(task):
        mark = mark_of_ours(task, task.reference, seed)
        if not mark.passed:
            yield f"the reference fails at seed {seed}: {mark.message}"
        for wrong in task.misconceptions:
            yield from _of_misconception(task, wrong, seed)
    yield from of_properties(task)


def of_properties(task: Exercise) -> Iterator[str]:
    """What is missing in the properties of an exercise that has any, a sentence each."""
    if isinstance(task, WriteIt):
        for prop in task.properties:
            yield from _of_property(task, prop)


def _of_misconception(task: Exercise, wrong: Callable[..., Any], seed: int) -> Iterator[str]:
    if not inspect.getdoc(wrong):
        yield f"the misconception {wrong.__name__} has no docstring to tell a learner"
    for member in family(wrong):
        mark = mark_of_ours(task, member, seed)
        if mark.passed:
            yield f"{member.__name__} passes at seed {seed}"
        elif mark.misconception != wrong.__name__:
            yield f"{member.__name__} is told {mark.misconception or 'no name'} at seed {seed}"


def _of_property(task: WriteIt, prop: Property) -> Iterator[str]:
    asked = sheet(task, 0)
    cases = [case for case in asked.cases if case.criterion == prop.name]
    if not prop.stands:
        values = {plain.to_bytes(asked.expected(case).value) for case in cases}
        if len(cases) > 1 and len(values) == 1:
            yield f"{prop.name}: the reference returns the same for all of its calls"
        for problem in degenerate([case.args for case in cases]):
            yield f"{prop.name}: {problem}"
    if prop.stands or any(asked.mistake(m, c) for m in _wrong(task) for c in cases):
        return
    yield f"{prop.name}: no misconception fails on it, and `stands` does not say why it is there"


def _wrong(task: Exercise) -> Iterator[Callable[..., Any]]:
    for misconception in task.misconceptions:
        yield from family(misconception)


def degenerate(calls: Sequence[tuple[Any, ...]]) -> list[str]:
    """What makes inputs empty of content: a column that is missing, or constant, in every call."""
    found = []
    for position, arguments in enumerate(zip(*calls, strict=False)):
        for label, columns in _columns(arguments):
            joined = pd.concat([pd.Series(column, dtype=object) for column in columns])
            if len(joined) > 2 and joined.isna().all():
                found.append(f"argument {position + 1}{label} is missing throughout")
    return found


def _columns(arguments: Sequence[Any]) -> Iterator[tuple[str, list[Any]]]:
    """The columns of an argument in all calls, each with words for where it is."""
    if all(isinstance(each, pd.DataFrame) for each in arguments):
        shared = set.intersection(*(set(each.columns) for each in arguments))
        for name in sorted(shared, key=str):
            yield f", column {name},", [each[name].to_numpy() for each in arguments]
    elif all(isinstance(each, (pd.Series, pd.Index, np.ndarray)) for each in arguments):
        flat = [np.asarray(each, dtype=object).ravel() for each in arguments if each.size]
        if flat:
            yield "", flat
