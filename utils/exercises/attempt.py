"""One answer to one exercise: the calls, what the answer did on them, and what ours do."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from utils.execution import plain
from utils.execution.outcomes import Outcome
from utils.execution.runner import Runner, undisturbed
from utils.exercises.marks import Case

if TYPE_CHECKING:
    from utils.exercises.model import Exercise


class Sheet:
    """The calls of an exercise at one seed, and what implementations of ours do on them.

    Whatever is computed here is kept, since the next answer to the exercise needs it again.
    """

    def __init__(self, exercise: Exercise, seed: int) -> None:
        self.exercise = exercise
        self.seed = seed
        with undisturbed():
            self.cases = tuple(exercise.cases(seed))
        self._done: dict[tuple[Callable[..., Any], Case], Outcome] = {}
        self._mistakes: dict[tuple[Callable[..., Any], Case], Outcome | None] = {}
        self._settled: dict[Case, tuple[bytes, bool]] = {}

    def run(self, implementation: Callable[..., Any], case: Case) -> Outcome:
        """What an implementation of ours does; it needs no process of its own."""
        key = implementation, case
        if key not in self._done:
            task = self.exercise
            run = Runner(implementation, task.adapter, task.implementations)
            with undisturbed():
                self._done[key] = run(case.args)
        return self._done[key]

    def adopt(self, implementation: Callable[..., Any], case: Case, outcome: Outcome) -> None:
        """Take what an implementation of ours did elsewhere, so that it is not run here."""
        self._done.setdefault((implementation, case), outcome)

    def expected(self, case: Case) -> Outcome:
        """What the reference does."""
        return self.run(self.exercise.reference, case)

    def mistake(self, misconception: Callable[..., Any], case: Case) -> Outcome | None:
        """What a known wrong answer does on a call that it gets wrong; None where it is right."""
        key = misconception, case
        if key not in self._mistakes:
            theirs = self.run(misconception, case)
            fine = theirs.after is None and self.exercise.is_right(self, case, theirs)
            self._mistakes[key] = None if fine else theirs
        return self._mistakes[key]

    def settled(self, case: Case, judge: Callable[[Outcome], bool]) -> tuple[bytes, bool]:
        """What the reference does in a call, as bytes, and how that is judged.

        Most answers do what the reference does, and are judged by this.
        """
        if case not in self._settled:
            reference = self.expected(case)
            self._settled[case] = as_bytes(reference), judge(reference)
        return self._settled[case]


def as_bytes(outcome: Outcome) -> bytes:
    """What a call did, to be compared with what another one did."""
    return plain.to_bytes([outcome.value, outcome.after])


@functools.cache
def sheet(exercise: Exercise, seed: int) -> Sheet:
    """The sheet of an exercise at a seed, one for all answers of this process."""
    return Sheet(exercise, seed)


class Attempt:
    """What an answer did on each case of a sheet, and what of it is right.

    Raises
    ------
    ValueError
        When there is not one outcome for each case.
    """

    def __init__(self, sheet: Sheet, outcomes: Sequence[Outcome]) -> None:
        if len(outcomes) != len(sheet.cases):
            raise ValueError(
                f"{sheet.exercise.name}: {len(outcomes)} outcomes for {len(sheet.cases)} inputs; "
                "judge takes one for each, in the order of inputs(seed)."
            )
        self.sheet = sheet
        self.exercise = sheet.exercise
        self.outcomes = tuple(outcomes)

    @functools.cached_property
    def rights(self) -> tuple[bool, ...]:
        """Whether each call did what its criterion asks."""
        rows = zip(self.sheet.cases, self.outcomes, strict=True)
        return tuple(self.exercise.is_right(self.sheet, case, outcome) for case, outcome in rows)

    @functools.cached_property
    def rows(self) -> list[tuple[Case, Outcome, bool]]:
        """Each case, what the answer did, and whether that is right."""
        return list(zip(self.sheet.cases, self.outcomes, self.rights, strict=True))

    @functools.cached_property
    def mistakes(self) -> dict[Case, Outcome]:
        """The calls that went wrong, or left the caller's data changed."""
        return {
            case: mine for case, mine, right in self.rows if not right or mine.after is not None
        }

    @property
    def printed(self) -> str:
        """The first thing that the answer printed."""
        return next((each.printed for each in self.outcomes if each.printed), "")

    @property
    def is_stub(self) -> bool:
        """Whether every call says that nothing is written yet."""
        kinds = {each.failed_by for each in self.outcomes}
        return kinds == {"NotImplementedError"}
