"""What a mark consists of: plain records that a card, a report and a file are written from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Args = tuple[Any, ...]


@dataclass(frozen=True, eq=False)
class Case:
    """One call that marking makes: the criterion that it serves, and the arguments."""

    criterion: str
    args: Args


@dataclass(frozen=True)
class CriterionResult:
    """How an answer did on one criterion. ``share`` is the part of the points that it earned."""

    name: str
    reason: str
    held: bool
    share: float
    points: float


@dataclass(frozen=True)
class Example:
    """A visible example: the call as a learner would write it, what is right, what came back."""

    call: str
    expected: str
    got: str
    passed: bool


@dataclass(frozen=True)
class Difference:
    """Something that holds of every wrong call of an answer: its name, and a sentence."""

    name: str
    text: str


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with an answer, as far as it is known.

    Attributes
    ----------
    kind : {"misconception", "difference", "property"}
        How it is known; see `utils.exercises.diagnosis`.
    names : tuple of str
        Of the misconceptions, of the differences, or of the criteria that do not hold.
    text : str
        For the learner.
    """

    kind: str
    names: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Mark:
    """What an answer earned, and why."""

    exercise: str
    points: float
    max_points: float
    failed_properties: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    message: str = ""
    criteria: tuple[CriterionResult, ...] = ()
    examples: tuple[Example, ...] = ()
    printed: str = ""
    started: bool = True
    # Whether nothing but visible examples were tried, so that the points say little.
    visible_only: bool = False
    # A drawn call that goes wrong, for a learner to look into. Marking never shows one.
    wrong_call: Example | None = None

    @property
    def passed(self) -> bool:
        """Whether every criterion holds."""
        return self.started and not self.failed_properties and self.points == self.max_points

    @property
    def misconception(self) -> str | None:
        """The name of the known mistake that the answer makes, if it makes one."""
        known = self.diagnosis and self.diagnosis.kind == "misconception"
        return self.diagnosis.names[0] if self.diagnosis and known else None
