"""Break it: return an input on which a flawed answer is wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from utils.execution import outcomes, plain
from utils.execution.outcomes import Outcome
from utils.execution.runner import Runner
from utils.exercises.attempt import Attempt, Sheet
from utils.exercises.equality import describe
from utils.exercises.feedback import explain
from utils.exercises.marks import Case, CriterionResult, Difference
from utils.exercises.model import Exercise
from utils.translation import name_of, said_problem, translated


@dataclass(frozen=True, kw_only=True, eq=False)
class BreakIt(Exercise):
    """Return an input on which a flawed answer is wrong: ``answer(defect) -> arguments``.

    Parameters
    ----------
    right : callable
        The right answer to the question that the flawed ones try to answer.
    defects : dict of str to callable
        Flawed answers, each with one defect; the answer is called once for each name.
    problem : callable
        ``problem(arguments)`` says in one sentence what is wrong with an input that is not
        allowed, and returns an empty string otherwise. It bounds the size of the input.
    form : callable, optional
        The part of ``problem`` that needs no solution, and may be handed out; by default all of it.
    """

    right: Callable[..., Any]
    defects: dict[str, Callable[..., Any]]
    problem: Callable[[Any], str]
    form: Callable[[Any], str] | None = None

    def cases(self, seed: int) -> Iterator[Case]:
        """A call for each defect."""
        return (Case(f"breaks_{defect}", (defect,)) for defect in self.defects)

    def is_right(self, sheet: Sheet, case: Case, outcome: Outcome) -> bool:
        """Whether the flawed answer of that name is wrong on the input."""
        return bool(self._exposed(outcome, case.args))

    def results(self, attempt: Attempt) -> tuple[CriterionResult, ...]:
        """A result for each defect."""
        return tuple(
            CriterionResult(
                case.criterion,
                self._obstacle(mine)
                or (
                    translated("the right and the flawed answer differ")
                    if right
                    else self._same(mine)
                ),
                right,
                right,
                1.0,
            )
            for case, mine, right in attempt.rows
        )

    def differences(self, attempt: Attempt) -> list[Difference]:
        """For each defect that is not shown, what both answers say."""
        missed = [each for each in self.results(attempt) if not each.held]
        told = {each.name: (self._named(each.name), each.reason) for each in missed}
        if len(missed) > 1 and len({each.reason for each in missed}) == 1:
            # One reason is said once.
            several = translated("{n} defects are not shown", n=len(missed))
            told = {", ".join(told): (several, missed[0].reason)}
        return [
            Difference(
                name,
                translated("{defect}: {reason}.", defect=named, reason=reason.rstrip(".。")),
            )
            for name, (named, reason) in told.items()
        ]

    def _named(self, criterion: str) -> str:
        """That an input does not show a defect."""
        defect = name_of(self.reference, criterion.removeprefix("breaks_"))
        return translated("It does not break “{defect}”", defect=defect)

    def same_mistake(self, sheet: Sheet, mine: Outcome, theirs: Outcome) -> bool:
        """Whether two inputs show the same defects, or are not allowed for the same reason."""
        if mine.failure or theirs.failure:
            return mine.failed_by == theirs.failed_by
        same_obstacle = self._obstacle(mine) == self._obstacle(theirs)
        return same_obstacle and (
            self._exposed(mine, self.defects) == self._exposed(theirs, self.defects)
        )

    def _obstacle(self, outcome: Outcome) -> str:
        """Why an input shows nothing: it is not allowed, or the right answer fails on it."""
        if refusal := self._refusal(outcome):
            return refusal
        failure = _on(self.right, tuple(outcome.value)).failure
        if not failure:
            return ""
        # The line that failed is ours.
        why = explain(replace(failure, line=""))
        return translated("the right answer fails on it: {why}", why=why)

    def _refusal(self, outcome: Outcome) -> str:
        """Why an input is not allowed."""
        if outcome.failure:
            return explain(outcome.failure)
        try:
            return said_problem(self.reference, self.problem(outcome.value))
        except Exception:
            return translated("the input is not of the form that the docstring asks for")

    def _same(self, outcome: Outcome) -> str:
        """What both answers say about an input that does not tell them apart."""
        right = _on(self.right, tuple(outcome.value))
        return translated(
            "the right and the flawed answer are the same: {value}", value=describe(right.value, 60)
        )

    def _exposed(self, outcome: Outcome, among: Iterable[str]) -> frozenset[str]:
        """The defects that an input shows."""
        if self._obstacle(outcome):
            return frozenset()
        args = tuple(outcome.value)
        right = _on(self.right, args)
        flawed = {name: _on(self.defects[name], args) for name in among}
        return frozenset(
            name
            for name, theirs in flawed.items()
            if theirs.failure or not self.equal(right.value, theirs.value)
        )


def _on(implementation: Callable[..., Any], args: tuple[Any, ...]) -> Outcome:
    """What one of our implementations does on an input.

    A diagnosis asks it again for each known mistake, and a query on six tables takes its time.
    """
    return outcomes.from_bytes(_packed(implementation, plain.to_bytes(args)))


@functools.lru_cache(maxsize=1024)
def _packed(implementation: Callable[..., Any], args: bytes) -> bytes:
    return Runner(implementation).answered(args)
