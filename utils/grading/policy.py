"""What happens to a mark after the answer was marked: weights, lateness and a person's changes.

A mark in the result cache says what an answer does, and nothing else. What an assignment and an
instructor make of it is computed from it anew at every run, so that a new due date, an extension or
an adjustment costs no marking.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from utils.translation import message, translated

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lateness:
    """How late something was handed in, and what that costs.

    Attributes
    ----------
    days : int
        Days after the due date that was hers, rounded up; 0 within the grace.
    percent : float
        The part of her points that is taken, from 0 to 100.
    handed_in, due : datetime
        With a time zone; ``due`` holds her extension.
    """

    days: int
    percent: float
    handed_in: datetime
    due: datetime

    @property
    def sentence(self) -> str:
        """What a report says about it."""
        at = self.handed_in.astimezone(self.due.tzinfo)
        when = translated(
            "Handed in {at}, due {due} ({zone})",
            at=f"{at:%Y-%m-%d %H:%M}",
            due=f"{self.due:%Y-%m-%d %H:%M}",
            zone=self.due.tzinfo,
        )
        if not self.days:
            in_time = self.handed_in <= self.due
            return when + (translated(": in time.") if in_time else translated(": within grace."))
        text = message(": {days} days late, {percent} % of the points are taken off.")
        if self.days == 1:
            text = message(": {days} day late, {percent} % of the points are taken off.")
        return when + translated(text, days=self.days, percent=f"{self.percent:g}")


def taken(points: float, lateness: Lateness | None) -> tuple[float, float]:
    """The points that lateness takes, and those that are left.

    Examples
    --------
    >>> taken(3.0, None)
    (0.0, 3.0)
    """
    penalty = round(points * (lateness.percent if lateness else 0.0) / 100, 2)
    return penalty, round(points - penalty, 2)


@dataclass(frozen=True)
class LatePolicy:
    """What lateness costs.

    Parameters
    ----------
    grace_minutes : float
        What is handed in that much after the due date is in time.
    percent_a_day : float
        Of her points, for each day that has begun.
    cap_percent : float
        The most that is taken while anything is given.
    zero_after_days : int, optional
        More days than that give 0 points.
    """

    grace_minutes: float = 0.0
    percent_a_day: float = 0.0
    cap_percent: float = 100.0
    zero_after_days: int | None = None

    def lateness(self, handed_in: datetime, due: datetime) -> Lateness:
        """How late it is, and what is taken.

        Examples
        --------
        >>> from datetime import timezone
        >>> due = datetime(2026, 3, 9, 23, 59, tzinfo=timezone.utc)
        >>> policy = LatePolicy(grace_minutes=15, percent_a_day=10, zero_after_days=5)
        >>> [policy.lateness(due + timedelta(hours=h), due).percent for h in (0.2, 1, 25, 24 * 6)]
        [0.0, 10.0, 20.0, 100.0]
        """
        if handed_in.astimezone(UTC) <= due.astimezone(UTC) + timedelta(minutes=self.grace_minutes):
            return Lateness(0, 0.0, handed_in, due)
        # By the clock where it is due: a day in which clocks are changed is a day.
        days = max(1, math.ceil((handed_in.astimezone(due.tzinfo) - due) / DAY))
        if self.zero_after_days is not None and days > self.zero_after_days:
            return Lateness(days, 100.0, handed_in, due)
        percent = float(min(self.percent_a_day * days, self.cap_percent, 100.0))
        return Lateness(days, percent, handed_in, due)


@dataclass(frozen=True)
class Adjustment:
    """A line of ``adjustments.csv``: what a person says about one mark.

    Attributes
    ----------
    exercise : str
        Empty where a comment is about all that a learner handed in.
    points : float, optional
        The points of the exercise, whatever was marked.
    change : float, optional
        What is added to them.
    """

    learner: str
    exercise: str
    points: float | None = None
    change: float | None = None
    comment: str = ""
    by: str = ""

    def applied(self, points: float) -> float:
        """The points after it; never below 0."""
        if self.points is not None:
            return self.points
        return max(0.0, round(points + (self.change or 0.0), 2))
