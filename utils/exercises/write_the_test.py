"""Write the test: tell right implementations from mutants."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils.execution.outcomes import Failure, Outcome, Stop
from utils.execution.plain import Implementation
from utils.exercises.attempt import Attempt, Sheet
from utils.exercises.feedback import explain
from utils.exercises.marks import Case, CriterionResult, Difference
from utils.exercises.model import Exercise
from utils.translation import ended, first_of, name_of, translated

CALLED = "tells_right_from_wrong"
# How many mutants are tried in a process of their own first, beside a right one.
N_ALONE = 3
ACCEPTS, REJECTS = "accepts_right_answers", "rejects_wrong_answers"


@dataclass(frozen=True, kw_only=True, eq=False)
class WriteTheTest(Exercise):
    """Tell right implementations from mutants: ``answer(implementation) -> bool``.

    A test that raises has rejected the implementation, as in any test suite.

    Parameters
    ----------
    right, mutants : dict of str to callable
        The implementations under test. The answer sees a proxy without a telling name.
    enough : int
        How many of the mutants must be rejected for full marks. A right one that is rejected
        costs them all.
    """

    right: dict[str, Callable[..., Any]]
    mutants: dict[str, Callable[..., Any]]
    enough: int

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "implementations", {**self.right, **self.mutants})

    def cases(self, seed: int) -> Iterator[Case]:
        """A call for each implementation, in a random order."""
        keys = np.random.default_rng(seed).permutation(sorted(self.implementations)).tolist()
        return (Case(CALLED, (Implementation(key),)) for key in keys)

    def alone(self, seed: int) -> tuple[int, ...]:
        """A call of a right implementation and some of mutants, in a random order.

        Most mutants do what is right in most calls: an answer that tests nothing, and remembers
        what others returned, soon knows what is right. By itself it must guess.
        """
        rng = np.random.default_rng([seed, N_ALONE])
        keys = [case.args[0].key for case in self.cases(seed)]
        chosen = [rng.choice(sorted(self.right))]
        chosen += rng.choice(sorted(self.mutants), N_ALONE, replace=False).tolist()
        return tuple(keys.index(key) for key in rng.permutation(chosen))

    def is_right(self, sheet: Sheet, case: Case, outcome: Outcome) -> bool:
        """Whether a right one was accepted, or a mutant rejected."""
        return accepts(outcome) is (case.args[0].key in self.right)

    def results(self, attempt: Attempt) -> tuple[CriterionResult, ...]:
        """Two results: of the right ones, and of the mutants."""
        told: dict[str, bool] = {}
        for case, _, right in attempt.rows:
            key = case.args[0].key
            told[key] = right and told.get(key, True)
        rejected = sum(told[key] for key in self.mutants)
        missed = [key for key in self.mutants if not told[key]]
        said_yes, not_called = _keys(attempt, accepts), _keys(attempt, _is_untried)
        through = [key for key in missed if key in said_yes]
        untried = [key for key in missed if key in not_called]
        accepted = all(told[key] for key in self.right)
        reason = translated(
            "{rejected} of {total} wrong ones are rejected, {enough} are enough",
            rejected=rejected,
            total=len(self.mutants),
            enough=self.enough,
        )
        if through:
            name = name_of(self.reference, through[0])
            reason += translated("; “{name}” gets through", name=name)
        if untried:
            reason += translated("; not tried: {n}", n=len(untried))
        share = min(1.0, rejected / self.enough)
        return (
            CriterionResult(
                ACCEPTS, translated("every right one is accepted"), accepted, accepted, 0
            ),
            CriterionResult(REJECTS, reason, share == 1, share, 1.0),
        )

    def differences(self, attempt: Attempt) -> list[Difference]:
        """Which mutants the test accepts, and how it rejects a right implementation."""
        wrong = [(case.args[0].key, mine) for case, mine, right in attempt.rows if not right]
        # A right one may be tried several times.
        refused = [
            (key, mine.failure)
            for key, mine in wrong
            if key in self.right and accepts(mine) is False
        ]
        missed = [key for key in self.mutants if key in dict(wrong)]
        said_yes = _keys(attempt, accepts)
        accepted = [key for key in missed if key in said_yes]
        found = []
        if _keys(attempt, _is_undecided):
            found.append(Difference("neither", _neither(attempt)))
        if refused:
            text = translated(
                "It rejects {n} of {total} right implementations.",
                n=len({key for key, _ in refused}),
                total=len(self.right),
            )
            if failure := next((each for _, each in refused if each), None):
                why = ended(explain(failure))
                text += translated(" On one of them your test stops: {why}", why=why)
            found.append(Difference("rejects_right_ones", text))
        elif stopped := _stopped(attempt):
            found.append(Difference("stops", explain(stopped)))
        if accepted and len(self.mutants) - len(missed) < self.enough:
            named = [
                translated("“{name}”", name=name_of(self.reference, each)) for each in accepted
            ]
            text = translated(
                "It accepts implementations with these mistakes: {names}.",
                names=first_of(named, 3),
            )
            found.append(Difference("accepts_mutants", text))
        return found

    def earned(self, attempt: Attempt, results: Sequence[CriterionResult]) -> float:
        """The points for mutants; none where a right one was rejected."""
        accepts, _ = results
        return super().earned(attempt, results) if accepts.held else 0.0


def _keys(attempt: Attempt, holds: Callable[[Outcome], bool | None]) -> set[str]:
    """The implementations for which something holds of what a test did in one of its calls."""
    return {case.args[0].key for case, mine, _ in attempt.rows if holds(mine)}


def _is_untried(outcome: Outcome) -> bool:
    """Whether a test was not called, since others of its calls did not finish."""
    return outcome.failed_by == Stop.NOT_RUN


def _is_undecided(outcome: Outcome) -> bool:
    """Whether a test was called, and said neither yes nor no."""
    return accepts(outcome) is None and not _is_untried(outcome)


def _neither(attempt: Attempt) -> str:
    if all(accepts(mine) is None for mine in attempt.outcomes):
        return translated("Your test returns neither True nor False.")
    return translated("Sometimes your test returns neither True nor False.")


def _stopped(attempt: Attempt) -> Failure | None:
    """Why calls were not run; None where all were."""
    if not any(map(_is_untried, attempt.outcomes)):
        return None
    stops = (
        mine.failure for mine in attempt.outcomes if mine.failed_by in (Stop.TIMEOUT, Stop.CRASH)
    )
    return next(stops, None)


def accepts(outcome: Outcome) -> bool | None:
    """What a learner's test said; None when it said neither yes nor no, or was not called."""
    if _is_untried(outcome):
        return None
    if outcome.failure:
        return False
    return bool(outcome.value) if isinstance(outcome.value, (bool, np.bool_)) else None
