"""Visible checks of the kinds that have no examples, in an edition without the solutions.

Each tries what can be tried without them: whether an input may be used at all; whether a test tells
implementations that do nothing from the learner's own; how predictions score on a hold-out to
practise on. What is tried after handing in is more, and other.
"""

from __future__ import annotations

import inspect
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from utils.execution import plain
from utils.execution.outcomes import Outcome, Stop
from utils.execution.plain import Implementation
from utils.exercises.attempt import Attempt, Sheet
from utils.exercises.beat_it import BeatIt
from utils.exercises.break_it import BreakIt
from utils.exercises.feedback import explain
from utils.exercises.marks import Args, Case, CriterionResult, Mark
from utils.exercises.model import Exercise
from utils.exercises.write_the_test import accepts
from utils.translation import ended, joined, message, translated

OWN = "yours"


@dataclass(frozen=True, kw_only=True, eq=False)
class PracticeBreak(BreakIt):
    """Whether the inputs of an answer may be used. Whether they show the mistakes is not known."""

    visible_only = True

    def is_right(self, sheet: Sheet, case: Case, outcome: Outcome) -> bool:
        """Whether the input is allowed."""
        return not self._refusal(outcome)

    def results(self, attempt: Attempt) -> tuple[CriterionResult, ...]:
        """A result for each mistake that is to be shown."""
        return tuple(
            CriterionResult(
                case.criterion,
                self._refused(mine) or translated("the input is allowed"),
                right,
                right,
                1.0,
            )
            for case, mine, right in attempt.rows
        )

    def praise(self, results: Sequence[CriterionResult]) -> str:
        """That no more than the form is seen here."""
        return translated(
            "All visible checks passed: every input is allowed. "
            "Whether each one shows its mistake is tried after you hand in."
        )


def returns_nothing(*args: Any, **named: Any) -> None:
    """A practice mutant: it returns None, whatever it is called with."""


def returns_its_input(*args: Any, **named: Any) -> Any:
    """A practice mutant: it returns its first argument."""
    return next(iter((*args, *named.values())), None)


def raises_an_error(*args: Any, **named: Any) -> Any:
    """A practice mutant: it raises an error, whatever it is called with."""
    raise ValueError("this practice mutant raises an error")


# What each does, in words.
DOES: dict[Callable[..., Any], str] = {
    returns_nothing: message("returns nothing"),
    returns_its_input: message("returns its input"),
    raises_an_error: message("raises an error"),
}
MUTANTS = {each.__name__: each for each in DOES}


@dataclass(frozen=True, kw_only=True, eq=False)
class PracticeTest(Exercise):
    """Whether a test rejects what does nothing, and accepts the learner's own implementation.

    Parameters
    ----------
    under_test : str
        The function that the test is about, by its name in the learner's notebook; empty where it
        is none of hers.
    own : callable, optional
        The learner's own.
    """

    under_test: str = ""
    own: Callable[..., Any] | None = field(default=None, repr=False)

    visible_only = True

    def __post_init__(self) -> None:
        super().__post_init__()
        own = {OWN: self.own} if self.own else {}
        object.__setattr__(self, "implementations", {**MUTANTS, **own})

    def mark(self, answer: Any, seed: int = 0) -> Mark:
        """Mark an answer, together with the function that it tests, if that is there."""
        names = getattr(inspect.unwrap(answer), "__globals__", {}) if callable(answer) else {}
        own = names.get(self.under_test)
        # A stub names nothing else; an answer may raise the same for what it does not take.
        stub = getattr(getattr(own, "__code__", None), "co_names", ()) == ("NotImplementedError",)
        task = replace(self, own=own) if callable(own) and not stub else self
        return super(PracticeTest, task).mark(answer, seed)

    def cases(self, seed: int) -> Iterator[Case]:
        """A call for each implementation."""
        return (Case(f"tells_{key}", (Implementation(key),)) for key in self.implementations)

    def is_right(self, sheet: Sheet, case: Case, outcome: Outcome) -> bool:
        """Whether a mutant was rejected, or the learner's own accepted where it is written."""
        if case.args[0].key != OWN:
            return accepts(outcome) is False
        return accepts(outcome) is True

    def results(self, attempt: Attempt) -> tuple[CriterionResult, ...]:
        """A result for each implementation."""
        return tuple(
            CriterionResult(
                case.criterion, self._reason(case.args[0].key, mine, right), right, right, 1.0
            )
            for case, mine, right in attempt.rows
        )

    def praise(self, results: Sequence[CriterionResult]) -> str:
        """That little is seen here."""
        return translated("All visible checks passed. More is tried after you hand in.")

    def remark(self, attempt: Attempt, results: Sequence[CriterionResult]) -> str:
        """What it says wrongly of which implementation."""
        reason = next(each.reason for each in results if not each.held)
        return ended(f"{reason[0].upper()}{reason[1:]}")

    def _reason(self, key: str, mine: Outcome, right: bool) -> str:
        if mine.failure and mine.failed_by == Stop.NOT_RUN:
            return explain(mine.failure)
        if key == OWN:
            if right:
                return translated("your test accepts your own {name}", name=self.under_test)
            why = translated(" ({why})", why=explain(mine.failure)) if mine.failure else ""
            return translated(
                "your test rejects your own {name}{why}: one of the two is wrong",
                name=self.under_test,
                why=why,
            )
        does = translated(DOES[MUTANTS[key]])
        if right:
            return translated("an implementation that {does} is rejected", does=does)
        if accepts(mine) is None:
            return translated("your test returns neither True nor False")
        return translated("your test accepts an implementation that {does}", does=does)


@dataclass(frozen=True, kw_only=True, eq=False)
class PracticeBeat(BeatIt):
    """Predictions scored on a hold-out to practise on, which is not the one that counts.

    Parameters
    ----------
    ends : tuple of list of float
        The scores there of the baseline, and of the reference.
    """

    ends: tuple[list[float], list[float]]

    visible_only = True

    def _ends(self, asked: Sheet) -> tuple[list[float], list[float]]:
        return self.ends

    def praise(self, results: Sequence[CriterionResult]) -> str:
        """The scores, and that they are of practice."""
        said = translated("All visible checks passed, on a hold-out to practise on.")
        return joined(said, super().praise(results))


def write_holdout(path: Path, arguments: Args, truth: Any) -> None:
    """Store a hold-out to practise on."""
    path.write_bytes(zlib.compress(plain.to_bytes([arguments, truth]), 9))


def read_holdout(path: Path) -> tuple[Args, Any]:
    """A hold-out that `write_holdout` stored."""
    arguments, truth = plain.from_bytes(zlib.decompress(path.read_bytes()))
    return tuple(arguments), truth
