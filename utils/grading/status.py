"""What became of an exercise, in the words of a report."""

from __future__ import annotations

from enum import StrEnum

from utils.translation import message


class Status(StrEnum):
    """What became of one learner's answer to one exercise."""

    PASSED = message("passed")
    PARTLY = message("partly right")
    WRONG = message("wrong")
    TIMED_OUT = message("timed out")
    CRASHED = message("crashed")
    OVER_BUDGET = message("over budget")
    NOT_RUN = message("not run")
    NOT_WRITTEN = message("not written")
    NOT_FOUND = message("not found")
    SYNTAX_ERROR = message("syntax error")
    UNREADABLE = message("unreadable")
    NO_SUBMISSION = message("no submission")
    # A person gave points for what could not be marked.
    BY_HAND = message("marked by hand")
    # For a reason of ours: no mark, which is not a mark of 0.
    NOT_MARKED = message("not marked")
    # Free text that waits for a person: no mark either.
    NOT_SCORED = message("not scored yet")

    @property
    def tried(self) -> bool:
        """Whether the learner wrote something for it, as far as anybody can read."""
        return self not in (
            self.NOT_WRITTEN,
            self.NOT_FOUND,
            self.UNREADABLE,
            self.NO_SUBMISSION,
            self.NOT_MARKED,
        )

    @property
    def of_the_whole(self) -> bool:
        """Whether it is said once of all that was handed in, and not of each exercise."""
        return self in (self.UNREADABLE, self.NO_SUBMISSION)

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
