"""What became of an exercise, in the words of a report."""

from __future__ import annotations

from enum import StrEnum


class Status(StrEnum):
    """What became of one learner's answer to one exercise."""

    PASSED = "passed"
    PARTLY = "partly right"
    WRONG = "wrong"
    TIMED_OUT = "timed out"
    CRASHED = "crashed"
    OVER_BUDGET = "over budget"
    NOT_RUN = "not run"
    NOT_WRITTEN = "not written"
    NOT_FOUND = "not found"
    SYNTAX_ERROR = "syntax error"
    UNREADABLE = "unreadable"
    NO_SUBMISSION = "no submission"
    # A person gave points for what could not be marked.
    BY_HAND = "marked by hand"
    # For a reason of ours: no mark, which is not a mark of 0.
    NOT_MARKED = "not marked"
    # Free text that waits for a person: no mark either.
    NOT_SCORED = "not scored yet"

    @property
    def tried(self) -> bool:
        """Whether the learner wrote something for it."""
        return self not in (self.NOT_WRITTEN, self.NOT_FOUND, self.NO_SUBMISSION, self.NOT_MARKED)

    @property
    def worth_a_look(self) -> bool:
        """Whether an instructor wants to know why."""
        return self in (
            self.TIMED_OUT,
            self.CRASHED,
            self.OVER_BUDGET,
            self.NOT_RUN,
            self.SYNTAX_ERROR,
            self.UNREADABLE,
            self.NOT_MARKED,
        )
