"""What a class's marks say: what was hard, and what was confused."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from utils.grading.marking import Row
from utils.grading.status import Status

# A correlation over fewer learners says nothing.
FEWEST_LEARNERS = 10


@dataclass(frozen=True)
class Item:
    """How one exercise did in a class."""

    topic: str
    exercise: str
    learners: int
    tried: int
    passed: int
    difficulty: float
    discrimination: float


def items(rows: Sequence[Row]) -> list[Item]:
    """A row an exercise.

    Difficulty is the mean share of the points that was earned, over everybody: lower is harder.
    Discrimination is the correlation, over learners, of that share with the share earned in all
    other exercises; NaN with fewer than ten learners, or where everybody did the same. Both are
    about answers: lateness and what a person changed do not enter.
    """
    by_exercise = defaultdict(list)
    # What has no mark is no 0, and says nothing about an exercise; nor does what nobody could read.
    rows = [row for row in rows if row.counts and row.status != Status.UNREADABLE]
    for row in rows:
        by_exercise[row.topic, row.exercise].append(row)
    total: dict[str, float] = defaultdict(float)
    possible: dict[str, float] = defaultdict(float)
    for row in rows:
        total[row.learner] += row.earned
        possible[row.learner] += row.max_points
    found = []
    for (topic, name), group in by_exercise.items():
        mine = [row.earned / row.max_points for row in group]
        rest = [
            (total[r.learner] - r.earned) / (possible[r.learner] - r.max_points)
            if possible[r.learner] > r.max_points
            else float("nan")
            for r in group
        ]
        found.append(
            Item(
                topic,
                name,
                len(group),
                sum(row.status.tried for row in group),
                sum(row.status == "passed" for row in group),
                float(np.mean(mine)),
                _correlation(mine, rest),
            )
        )
    return found


def _correlation(a: Sequence[float], b: Sequence[float]) -> float:
    x, y = np.asarray(a), np.asarray(b)
    if len(x) < FEWEST_LEARNERS or not np.isfinite(y).all() or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def misconceptions(rows: Sequence[Row]) -> list[tuple[str, str, list[str]]]:
    """Exercise, misconception and who holds it, the commonest first."""
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if row.misconception:
            held[row.exercise, row.misconception].append(row.learner)
    ranked = sorted(held.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [(exercise, name, sorted(who)) for (exercise, name), who in ranked]


def failed_properties(rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    """Exercise, property and how many failed it without a known misconception, the most first."""
    count = Counter(
        (row.exercise, name)
        for row in rows
        if not row.misconception and row.status.tried
        for name in row.failed_properties
    )
    ranked = sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(exercise, name, n) for (exercise, name), n in ranked]
