"""Break it: return an input on which a flawed answer is wrong."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from utils.execution import outcomes, plain
from utils.execution.outcomes import Outcome, Stop
from utils.execution.runner import Runner
from utils.exercises.attempt import Attempt, Sheet
from utils.exercises.equality import describe
from utils.exercises.feedback import explain
from utils.exercises.marks import Case, CriterionResult, Difference
from utils.exercises.model import Exercise
from utils.translation import ended, message, name_of, said_problem, translated


@dataclass(frozen=True)
class Miss:
    """How an answer misses a defect: what is said of one, and of several for one reason."""

    one: str
    several: str


NO_INPUT = Miss(
    message("No input came back for “{defect}”: {why}"),
    message("No input came back for {n} defects: {why}"),
)
NOT_ALLOWED = Miss(
    message("The input for “{defect}” is not allowed. The rule: {why}"),
    message("The inputs for {n} defects are not allowed. The rule: {why}"),
)
NOT_SHOWN = Miss(
    message("It does not break “{defect}”: {why}"),
    message("{n} defects are not shown: {why}"),
)


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
                self._line(mine, right),
                right,
                right,
                1.0,
            )
            for case, mine, right in attempt.rows
        )

    def differences(self, attempt: Attempt) -> list[Difference]:
        """For each defect that is not shown, what both answers say."""
        missed = [(case, mine) for case, mine, right in attempt.rows if not right]
        # A call that was not run has no reason of its own.
        ran = [row for row in missed if row[1].failed_by != Stop.NOT_RUN] or missed
        told = {case.criterion: self._why(mine) for case, mine in ran}
        if len(missed) > 1 and len({*told.values()}) == 1:
            # One reason is said once.
            kind, why = told.popitem()[1]
            names = ", ".join(case.criterion for case, _ in missed)
            return [Difference(names, ended(translated(kind.several, n=len(missed), why=why)))]
        return [
            Difference(
                criterion, ended(translated(kind.one, defect=self._defect(criterion), why=why))
            )
            for criterion, (kind, why) in told.items()
        ]

    def _defect(self, criterion: str) -> str:
        """A defect in words."""
        return name_of(self.reference, criterion.removeprefix("breaks_"))

    def _why(self, outcome: Outcome) -> tuple[Miss, str]:
        """How a defect was missed, and why."""
        if outcome.failure:
            return NO_INPUT, explain(outcome.failure)
        if rule := self._refusal(outcome):
            return NOT_ALLOWED, rule
        return NOT_SHOWN, self._obstacle(outcome) or self._same(outcome)

    def _line(self, outcome: Outcome, right: bool) -> str:
        """What the list of criteria says of an input."""
        if right:
            return translated("the right and the flawed answer differ")
        return self._refused(outcome) or self._obstacle(outcome) or self._same(outcome)

    def _refused(self, outcome: Outcome) -> str:
        """That an input is not allowed, or did not come back; empty where neither is so."""
        why = self._refusal(outcome)
        if outcome.failure or not why:
            return why
        return translated("not allowed; the rule: {rule}", rule=why)

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
        """The rule that an input breaks, or why there is no input."""
        if outcome.failure:
            return explain(outcome.failure)
        try:
            return said_problem(self.reference, self.problem(outcome.value))
        except Exception:
            return translated("the input has the form that the docstring asks for")

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
