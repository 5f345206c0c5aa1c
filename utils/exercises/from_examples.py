"""An exercise of a chapter that is open for a class: nothing but its visible check.

An edition that is handed out has no solution of the open chapter. ``course release`` stores the
examples, which stand in the statements, and their values; all else is marked after handing in.
"""

from __future__ import annotations

import functools
import importlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils.execution import plain
from utils.execution.outcomes import Outcome
from utils.exercises import equality, practice
from utils.exercises.attempt import Attempt, Sheet
from utils.exercises.beat_it import Metric
from utils.exercises.marks import Args, Case, CriterionResult
from utils.exercises.model import Exercise
from utils.exercises.query import WriteTheQuery, as_table, rows_of, same_result
from utils.exercises.write_it import EXAMPLES
from utils.translation import translated

# Where an exercise says itself when two answers agree, an example may differ by more than rounding.
LOOSE, STRICT = 0.05, 1e-6
# The module of an open topic that holds the code which visible checks need.
CODE = "visible"


@dataclass(frozen=True, kw_only=True, eq=False)
class FromExamples(Exercise):
    """A function to write, of which examples and their values are known, and nothing else.

    Parameters
    ----------
    shown : tuple of tuple
        The arguments of the examples.
    """

    shown: tuple[Args, ...]

    visible_only = True

    def praise(self, results: Sequence[CriterionResult]) -> str:
        """What is said about an answer that does all that can be seen here."""
        if not self.shown:
            return translated("There is no visible check: this is marked after you hand in.")
        return translated("All visible checks passed. More is tried after you hand in.")

    @property
    def examples(self) -> tuple[Args, ...]:
        """The visible calls, which are all."""
        return self.shown

    def cases(self, seed: int) -> Iterator[Case]:
        """The examples."""
        return (Case(EXAMPLES, args) for args in self.shown)

    def is_right(self, sheet: Sheet, case: Case, outcome: Outcome) -> bool:
        """Whether the value is the stored one."""
        return not outcome.failure and self.equal(sheet.expected(case).value, outcome.value)

    def results(self, attempt: Attempt) -> tuple[CriterionResult, ...]:
        """One result, for all examples."""
        held = all(attempt.rights)
        reason = translated("the examples in the docstring come out as written")
        return (CriterionResult(EXAMPLES, reason, held, held, 1.0),)


@dataclass(frozen=True, kw_only=True, eq=False)
class QueryFromExamples(FromExamples):
    """A query of which the tables in its statement are known, and what it should return there."""

    written = WriteTheQuery.written

    def said(self, value: Any) -> str:
        """A result as a learner reads it, in the order in which it came."""
        return as_table(value, equality.describe, ordered=True)


def load(path: Path) -> list[Exercise]:
    """The exercises in a file of stored ones, as `utils.editions.visible` writes it."""
    return [_exercise(path.parent, entry) for entry in json.loads(path.read_text("utf-8"))]


def _exercise(folder: Path, entry: dict[str, Any]) -> Exercise:
    name, kind = entry["name"], entry["kind"]
    pairs = [
        [plain.from_bytes(part.encode("latin-1")) for part in pair]
        for pair in entry.get("examples", ())
    ]
    named = functools.partial(_named, f"solutions.{folder.name}.{CODE}")
    common: dict[str, Any] = {
        "reference": _looked_up(name, pairs),
        **{key: entry[key] for key in ("points", "minutes", "level", "seconds")},
    }
    if kind == "break":
        # Its parameters without a right answer: only whether an input is allowed is tried.
        defects = dict.fromkeys(entry["defects"], _unknown)
        return practice.PracticeBreak(
            right=_unknown, defects=defects, problem=named(entry["problem"]), **common
        )
    if kind == "test":
        return practice.PracticeTest(under_test=entry["under_test"], **common)
    if kind == "beat":
        low, high = entry["ends"]
        return practice.PracticeBeat(
            task=lambda seed: practice.read_holdout(folder / entry["holdout"]),
            baseline=_unknown,
            metrics=[Metric(m, named(measure), points) for m, measure, points in entry["metrics"]],
            problem=named(entry["problem"]),
            par=entry["par"],
            ends=(low, high),
            **common,
        )
    shown = tuple(args for args, _ in pairs)
    if kind == "query":
        agrees = functools.partial(same_result, entry["ordered"])
        run = _for_answers(rows_of, common["reference"])
        return QueryFromExamples(adapter=run, agrees=agrees, shown=shown, **common)
    known = entry.get("adapter")
    adapter = _for_answers(named(known), common["reference"]) if known else None
    tolerance = entry["tolerance"]
    return FromExamples(
        agrees=lambda expected, got: equality.close(expected, got, tolerance),
        adapter=adapter,
        shown=shown,
        **common,
    )


def _named(module: str, name: str) -> Callable[..., Any]:
    """A function of the code that came along, imported when it is called first."""

    def call(*args: Any) -> Any:
        return getattr(importlib.import_module(module), name)(*args)

    return call


def _for_answers(adapter: Callable[..., Any], known: Callable[..., Any]) -> Callable[..., Any]:
    """An adapter for answers; what is stored in place of the reference needs none."""

    def adapted(answer: Callable[..., Any], *args: Any) -> Any:
        return known(*args) if answer is known else adapter(answer, *args)

    return adapted


def _unknown(*args: Any) -> Any:
    raise LookupError("this edition does not have it")


def _looked_up(name: str, pairs: list[list[Any]]) -> Callable[..., Any]:
    """A stand-in for the reference, which knows the values of the examples."""
    values = {plain.to_bytes(args): value for args, value in pairs}

    def reference(*args: Any) -> Any:
        return values[plain.to_bytes(args)]

    reference.__name__ = name
    return reference
