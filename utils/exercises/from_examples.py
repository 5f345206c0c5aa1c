"""An exercise of a chapter that is open for a class: nothing but the examples of its docstring.

An edition that is handed out has no solution of the open chapter. ``course release`` stores the
examples, which stand in the statements, and their values; all else is marked after handing in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils.execution import plain
from utils.execution.outcomes import Outcome
from utils.execution.runner import Runner
from utils.exercises import equality
from utils.exercises.attempt import Attempt, Sheet
from utils.exercises.marks import Args, Case, CriterionResult
from utils.exercises.model import Exercise
from utils.exercises.write_it import EXAMPLES
from utils.translation import translated

# Where an exercise says itself when two answers agree, an example may differ by more than rounding.
LOOSE, STRICT = 0.05, 1e-6


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


def stored(task: Exercise) -> dict[str, Any]:
    """What an edition to hand out keeps of an exercise, as JSON."""
    # Without an adapter: a call that needs one fails, and is no example to try by itself.
    run = Runner(task.reference)
    pairs = [(args, run(args)) for args in task.examples]
    return {
        "name": task.name,
        "points": task.points,
        "minutes": task.minutes,
        "level": task.level,
        "seconds": task.seconds,
        "tolerance": STRICT if task.agrees is equality.close else LOOSE,
        "examples": [
            [plain.to_bytes(part).decode("latin-1") for part in (args, done.value)]
            for args, done in pairs
            if not done.failure and not isinstance(done.value, plain.Opaque)
        ],
    }


def load(path: Path) -> list[FromExamples]:
    """The exercises in a file of `stored` ones."""
    return [_exercise(entry) for entry in json.loads(path.read_text("utf-8"))]


def _exercise(entry: dict[str, Any]) -> FromExamples:
    pairs = [[plain.from_bytes(part.encode("latin-1")) for part in p] for p in entry["examples"]]
    tolerance = entry["tolerance"]
    return FromExamples(
        reference=_looked_up(entry["name"], pairs),
        points=entry["points"],
        minutes=entry["minutes"],
        level=entry["level"],
        seconds=entry["seconds"],
        agrees=lambda expected, got: equality.close(expected, got, tolerance),
        shown=tuple(args for args, _ in pairs),
    )


def _looked_up(name: str, pairs: list[list[Any]]) -> Callable[..., Any]:
    """A stand-in for the reference, which knows the values of the examples."""
    values = {plain.to_bytes(args): value for args, value in pairs}

    def reference(*args: Any) -> Any:
        return values[plain.to_bytes(args)]

    reference.__name__ = name
    return reference
