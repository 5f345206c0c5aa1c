"""Beat it: predict what only marking can see."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from utils.execution.outcomes import Outcome
from utils.exercises import equality, feedback
from utils.exercises.attempt import Attempt, Sheet, sheet
from utils.exercises.marks import Args, Case, CriterionResult, Difference
from utils.exercises.model import Exercise
from utils.exercises.write_it import unchanged
from utils.translation import ended, joined, message, said_problem, translated

WELL_FORMED = "well_formed"
CHANGES = message("Your function changes what it was given: work on a copy.")


@dataclass(frozen=True)
class Metric:
    """One number by which predictions are scored.

    ``measure(value, truth)`` is higher or lower for better predictions, whichever way the
    reference differs from the baseline. ``practice`` takes its place in an edition without the
    solutions, where ``measure`` would show one.
    """

    name: str
    measure: Callable[[Any, Any], float]
    points: float = 1.0
    practice: Callable[[Any, Any], float] | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class BeatIt(Exercise):
    """Predict a hold-out. Points rise from the baseline's score to the reference's.

    Parameters
    ----------
    task : callable
        ``task(seed) -> (arguments, truth)``: what the answer is called with, and the hold-out.
    baseline : callable
        The simple method to beat, with the reference's signature.
    metrics : sequence of Metric
        How predictions are scored against the truth.
    problem : callable
        ``problem(value, *arguments)`` says in one sentence why a value is no valid prediction,
        and returns an empty string otherwise.
    par : float
        The part of the way from the baseline to the reference that earns full marks.
    left_as_is : bool
        Whether the statement asks that the arguments are left as they are.
    """

    task: Callable[[int], tuple[Args, Any]]
    baseline: Callable[..., Any]
    metrics: Sequence[Metric]
    problem: Callable[..., str]
    par: float = 0.95
    left_as_is: bool = False

    # Predictions are poor as a whole.
    one_by_one = False

    @property
    def ours(self) -> tuple[Callable[..., Any], ...]:
        """The reference, and what it is compared with."""
        return (self.reference, self.baseline)

    def cases(self, seed: int) -> Iterator[Case]:
        """One call, for all predictions."""
        return iter([Case(WELL_FORMED, _drawn(self, seed)[0])])

    def is_right(self, sheet: Sheet, case: Case, outcome: Outcome) -> bool:
        """Whether the predictions reach the reference, as far as ``par`` asks, on every metric."""
        return all(share == 1 for share in self._shares(sheet, outcome))

    def results(self, attempt: Attempt) -> tuple[CriterionResult, ...]:
        """A result for the form of the predictions, one for each metric, one for the arguments."""
        (outcome,) = attempt.outcomes
        obstacle = self._obstacle(attempt.sheet, outcome)
        formed = CriterionResult(
            WELL_FORMED,
            _refused(outcome, obstacle)
            or translated("what is returned has the form that is asked for"),
            not obstacle,
            not obstacle,
            0.0,
        )
        low, high = self._ends(attempt.sheet)
        shares = self._shares(attempt.sheet, outcome)
        rows = zip(
            self.metrics,
            self._scores(attempt.sheet, outcome),
            low,
            high,
            shares,
            strict=True,
        )
        scored = (
            CriterionResult(
                metric.name,
                _reached(mine, base, best),
                share == 1,
                share,
                metric.points,
            )
            for metric, mine, base, best, share in rows
        )
        if not self.left_as_is:
            return (formed, *scored)
        kept = unchanged(attempt)
        # Who predicts nothing has kept no promise.
        share = kept.share * float(np.mean(shares))
        return (formed, *scored, replace(kept, share=share, points=0.5))

    def same_mistake(self, sheet: Sheet, mine: Outcome, theirs: Outcome) -> bool:
        """Whether two predictions score alike, or are invalid and the same."""
        if mine.failure or theirs.failure:
            return mine.failed_by == theirs.failed_by
        if self._obstacle(sheet, mine):
            # What is wrong with the form has a sentence; why, nobody knows unless all is the same.
            return equality.close(theirs.value, mine.value)
        return equality.close(self._scores(sheet, theirs), self._scores(sheet, mine), 1e-4)

    def praise(self, results: Sequence[CriterionResult]) -> str:
        """The scores."""
        return _in_words(results[1 : 1 + len(self.metrics)])

    def remark(self, attempt: Attempt, results: Sequence[CriterionResult]) -> str:
        """The scores, where there are any; else the rule that is broken."""
        formed, *others = results
        if formed.held:
            said = _in_words(others[: len(self.metrics)])
            kept = all(each.held for each in others[len(self.metrics) :])
            return said if kept else joined(said, translated(CHANGES))
        (outcome,) = attempt.outcomes
        if outcome.failure or outcome.value is None:
            return feedback.remark(attempt, results)
        text = message("What came back is not allowed. The rule: {rule}")
        return ended(translated(text, rule=self._obstacle(attempt.sheet, outcome)))

    def differences(self, attempt: Attempt) -> list[Difference]:
        """The rule that is broken, or that the baseline is as good."""
        formed, *scores = self.results(attempt)
        if not formed.held:
            return [Difference("not_valid", self.remark(attempt, [formed]))]
        if all(each.share == 0 for each in scores[: len(self.metrics)]):
            said = translated("What you return is no better than the baseline.")
            text = joined(said, _in_words(scores[: len(self.metrics)]))
            return [Difference("no_better_than_the_baseline", text)]
        return []

    def _obstacle(self, asked: Sheet, outcome: Outcome) -> str:
        """How a call failed, or the rule that its value breaks; empty where neither is so."""
        if outcome.failure:
            return feedback.explain(outcome.failure)
        try:
            why = self.problem(outcome.value, *_drawn(self, asked.seed)[0])
            return said_problem(self.reference, why)
        except Exception:
            return translated("what is returned has the form that the docstring asks for")

    def _scores(self, asked: Sheet, outcome: Outcome) -> list[float]:
        """One score a metric; NaN where the value is no valid prediction."""
        if self._obstacle(asked, outcome):
            return [float("nan")] * len(self.metrics)
        _, truth = _drawn(self, asked.seed)
        try:
            return [float(metric.measure(outcome.value, truth)) for metric in self.metrics]
        except Exception:
            # What passed `problem` and still cannot be scored earns nothing.
            return [float("nan")] * len(self.metrics)

    def _ends(self, asked: Sheet) -> tuple[list[float], list[float]]:
        """The scores of the baseline and of the reference."""
        return _ends(self, asked.seed)

    def _shares(self, asked: Sheet, outcome: Outcome) -> list[float]:
        """For each metric, the part of its points that the predictions earn."""
        rows = zip(self._scores(asked, outcome), *self._ends(asked), strict=True)
        parts = [(mine - low) / (high - low) for mine, low, high in rows]
        return [min(1.0, max(0.0, p / self.par)) if np.isfinite(p) else 0.0 for p in parts]


@functools.cache
def _drawn(exercise: BeatIt, seed: int) -> tuple[Args, Any]:
    """The arguments and the hold-out, drawn once."""
    return exercise.task(seed)


@functools.cache
def _ends(exercise: BeatIt, seed: int) -> tuple[list[float], list[float]]:
    asked = sheet(exercise, seed)
    (case,) = asked.cases
    done = (asked.run(each, case) for each in (exercise.baseline, exercise.reference))
    low, high = (exercise._scores(asked, outcome) for outcome in done)
    return low, high


def _refused(outcome: Outcome, obstacle: str) -> str:
    """What the list of criteria says of an obstacle."""
    if outcome.failure or not obstacle:
        return obstacle
    return translated("not as asked for; the rule: {rule}", rule=obstacle)


def _reached(mine: float, base: float, best: float) -> str:
    if np.isnan(mine):
        text = message("not computed; the baseline reaches {base:.3f}, the reference {best:.3f}")
    else:
        text = message("you reach {mine:.3f}, the baseline {base:.3f}, the reference {best:.3f}")
    return translated(text, mine=mine, base=base, best=best)


def _in_words(scores: Sequence[CriterionResult]) -> str:
    said = (translated("{name}: {reason}", name=each.name, reason=each.reason) for each in scores)
    return translated("; ").join(said) + translated(".")
