"""What a learner has passed: one JSON line for each check, appended, never rewritten.

Only a learner's own notebooks in ``work/`` are recorded; in a solved notebook or a test run the
record lasts as long as the process. Several notebooks may append at once: a line is one write.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from utils import catalogue, files, output
from utils.exercises import Mark
from utils.translation import WORK, translated


@dataclass(frozen=True)
class Event:
    """One check of one exercise."""

    time: str
    topic: str
    exercise: str
    points: float
    max_points: float
    misconception: str | None = None
    failed_properties: tuple[str, ...] = ()


_this_process: list[Event] = []


def path() -> Path | None:
    """The file that keeps the record, or None where checks are not recorded.

    ``COURSE_PROGRESS`` names another file.
    """
    chosen = os.environ.get("COURSE_PROGRESS")
    if chosen:
        # What is prepared for it is written from another folder.
        return Path(chosen).absolute()
    here = Path.cwd()
    if not here.is_relative_to(WORK) or "solved" in here.relative_to(WORK).parts:
        return None
    return WORK / "progress.jsonl"


def record(topic: str, mark: Mark, file: Path | None = None) -> None:
    """Append what a check found, to ``file`` or else where this process keeps its record."""
    event = Event(
        datetime.now(UTC).isoformat(timespec="seconds"),
        topic,
        mark.exercise,
        mark.points,
        mark.max_points,
        mark.misconception,
        mark.failed_properties,
    )
    _this_process.append(event)
    file = file or path()
    if file is None:
        return
    try:
        files.append(file, asdict(event))
    except OSError as error:
        print(
            translated(
                "This check was not recorded ({why}: {file}): "
                "make the file writable and check again.",
                why=error.strerror,
                file=file,
            )
        )


def events(file: Path | None = None) -> list[Event]:
    """What was recorded in ``file``, or else in this process; damaged lines are passed over.

    Raises
    ------
    OSError
        When ``file`` is given and cannot be read.
    """
    kept = file or path()
    if kept is None:
        return list(_this_process)
    try:
        return [event for fields in files.read(kept) if (event := _event(fields))]
    except OSError:
        if file:
            raise
        # That it was not recorded is said where it is done.
        return list(_this_process)


def _event(fields: dict[str, Any]) -> Event | None:
    try:
        event = Event(**{**fields, "failed_properties": tuple(fields.get("failed_properties", ()))})
        return event if 0 <= float(event.points) <= float(event.max_points) else None
    except (ValueError, TypeError):
        return None


def best(history: Iterable[Event]) -> dict[tuple[str, str], float]:
    """The most points reached, by topic and exercise."""
    most: dict[tuple[str, str], float] = {}
    for event in history:
        key = event.topic, event.exercise
        most[key] = max(most.get(key, 0.0), event.points)
    return most


@dataclass(frozen=True)
class Progress:
    """How far a learner is in one chapter."""

    title: str
    topic: str
    passed: int
    exercises: int
    points: float
    max_points: float


def of_chapter(topic: str, history: Iterable[Event]) -> Progress:
    """How far a learner is in the chapter of ``topic``."""
    exercises = catalogue.load(topic)
    reached = {name: value for (t, name), value in best(history).items() if t == topic}
    known = {name: reached.get(name, 0.0) for name in exercises}
    return Progress(
        catalogue.chapter(topic).stem,
        topic,
        sum(known[name] >= exercises[name].points for name in exercises),
        len(exercises),
        sum(known.values()),
        float(sum(e.points for e in exercises.values())),
    )


def of_chapters(history: Iterable[Event]) -> list[Progress]:
    """How far a learner is, chapter by chapter."""
    history = list(history)
    return [of_chapter(topic, history) for topic in catalogue.topics()]


def bar(points: float, max_points: float, width: int = 20) -> str:
    """A bar of ``width`` characters. It is full only when everything is reached.

    Examples
    --------
    >>> bar(5, 10, 4), bar(9.99, 10, 4), bar(10, 10, 4)
    ('██░░', '███░', '████')
    """
    filled = int(width * points / max_points) if max_points else 0
    return "█" * filled + "░" * (width - filled)


def overview(file: Path | None = None) -> pd.DataFrame:
    """How far a learner is, a row a chapter, as ``course progress`` and the start page show it.

    Parameters
    ----------
    file : Path, optional
        Another record than the usual one.
    """
    rows = of_chapters(events(file))
    return pd.DataFrame(
        {
            translated("passed"): [_of(row.passed, row.exercises) for row in rows],
            translated("points"): [_of(row.points, row.max_points) for row in rows],
            "": [bar(row.points, row.max_points) for row in rows],
        },
        index=pd.Index([row.title for row in rows], name=translated("chapter")),
    )


def _of(n: float, total: float) -> str:
    return translated("{n} of {total}", n=f"{n:g}", total=f"{total:g}")


def as_text(file: Path | None = None, width: int = 80) -> str:
    """How far a learner is, a line a chapter, for a terminal ``width`` cells wide."""
    rows = of_chapters(events(file))
    head = (translated("chapter"), translated("passed"), translated("points"))
    cells = [
        (row.title, _of(row.passed, row.exercises), _of(row.points, row.max_points)) for row in rows
    ]
    wide = [max(output.cells(row[i]) for row in [head, *cells]) for i in range(3)]
    left = max(0, min(20, width - sum(wide) - 6))
    bars = ["", *(output.bar(row.points, row.max_points, left) for row in rows)]
    lines = []
    for row, shown in zip([head, *cells], bars, strict=True):
        gaps = [" " * (w - output.cells(cell)) for w, cell in zip(wide, row, strict=True)]
        title, passed, points = row
        lines.append(f"{title}{gaps[0]}  {gaps[1]}{passed}  {gaps[2]}{points}  {shown}".rstrip())
    return "\n".join(lines)
