"""The gradebook as CSV: a row a learner and exercise, and scores for Canvas and Moodle."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from utils import catalogue
from utils.grading.marking import Row
from utils.grading.submissions import Learner

COLUMNS = (
    "learner",
    "topic",
    "exercise",
    "points",
    "max_points",
    "status",
    "failed_properties",
    "misconception",
    "seconds",
)


def write_gradebook(path: Path, rows: Iterable[Row]) -> None:
    """A row for each learner and exercise."""
    lines = [
        [
            row.learner,
            row.topic,
            row.exercise,
            f"{row.points:g}",
            f"{row.max_points:g}",
            row.status,
            " ".join(row.failed_properties),
            row.misconception,
            f"{row.seconds:.3f}",
        ]
        for row in rows
    ]
    _write(path, [list(COLUMNS), *lines])


def write_scores(path: Path, learners: Sequence[Learner], rows: Sequence[Row]) -> None:
    """A row for each learner and a column for each chapter, as Canvas exports and imports them.

    Moodle's import asks which column says who it is: give it ``SIS Login ID`` or ``ID``.
    """
    topics = list(dict.fromkeys(row.topic for row in rows))
    most = {topic: sum(e.points for e in catalogue.load(topic).values()) for topic in topics}
    head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    titles = [catalogue.chapter(topic).stem for topic in topics]
    possible = ["    Points Possible", "", "", "", "", *(str(most[topic]) for topic in topics)]
    earned: dict[tuple[str, str], float] = {}
    for row in rows:
        place = row.learner, row.topic
        earned[place] = earned.get(place, 0.0) + row.points
    lines = [
        [
            learner.name,
            *(learner.details.get(c, "") for c in ("id", "sis_user_id")),
            learner.details.get("sis_login_id") or learner.key,
            learner.details.get("section", ""),
            *(f"{earned.get((learner.key, topic), 0.0):g}" for topic in topics),
        ]
        for learner in learners
    ]
    _write(path, [head + titles, possible, *lines])


def _write(path: Path, lines: Iterable[Sequence[str]]) -> None:
    draft = path.with_suffix(".csv.part")
    with draft.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(
            [[_text(c) for c in line] for line in lines]
        )
    draft.replace(path)


def _text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    cell = "".join(c if c.isprintable() else " " for c in cell)
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@")) else cell
