"""The gradebook as CSV: a row a learner and exercise, and scores for Canvas and Moodle.

What was not marked for a reason of ours is an empty cell everywhere, and no 0.

Canvas takes a file whose first columns are Student, ID, SIS User ID, SIS Login ID and Section, as
its own export has them, then a column an assignment; a row "Points Possible" may follow the heads
(Ohio State University, "Import CSV File for Carmen Grades"). Moodle maps one column to a user, by
e-mail address, id number or username, and the others to grade items; every row is a user, and
the heads are the first line (MoodleDocs, "Grade import").
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from utils import catalogue, files
from utils.grading.marking import Row
from utils.grading.roster import Learner

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
    "marked",
    "penalty",
    "extra_credit",
    "comment",
    "by",
)
CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
MOODLE = ("username", "idnumber", "email")
# What a cell with a formula begins with; the wide forms where a spreadsheet speaks Chinese.
FORMULAS = ("=", "+", "-", "@", *"\uff1d\uff0b\uff0d\uff20")


def write_gradebook(path: Path, rows: Iterable[Row]) -> None:
    """A row for each learner and exercise."""
    lines = [
        [
            row.learner,
            row.topic,
            row.exercise,
            f"{row.points:g}" if row.counts else "",
            f"{row.max_points:g}",
            str(row.status),
            " ".join(row.failed_properties),
            row.misconception,
            f"{row.seconds:.3f}",
            f"{row.earned:g}" if row.counts else "",
            f"{row.penalty:g}" if row.counts else "",
            "yes" if row.extra_credit else "",
            "; ".join(each.comment for each in row.adjustments if each.comment),
            "; ".join(dict.fromkeys(each.by for each in row.adjustments if each.by)),
        ]
        for row in rows
    ]
    write_csv(path, [COLUMNS, *lines], for_a_spreadsheet=True)


def write_scores(
    folder: Path, learners: Sequence[Learner], rows: Sequence[Row], title: str = ""
) -> None:
    """``scores.csv`` for Canvas and ``scores_moodle.csv`` for Moodle.

    A column a chapter, or one for all where the assignment has a title.
    """
    topics = list(dict.fromkeys(title or row.topic for row in rows))
    titles = [title] if title else [catalogue.chapter(topic).stem for topic in topics]
    possible = dict.fromkeys(topics, 0.0)
    for (_, topic), points in {(r.exercise, title or r.topic): r.possible for r in rows}.items():
        possible[topic] += points
    scores = scores_of(rows, title)
    canvas = [
        [*CANVAS, *titles],
        ["Points Possible", "", "", "", "", *(f"{p:g}" for p in possible.values())],
    ]
    moodle = [[*MOODLE, *titles]]
    for learner in learners:
        said = learner.details
        mine = [scores.get((learner.key, topic), "") for topic in topics]
        canvas.append([*canvas_user(learner), *mine])
        login = canvas_user(learner)[3]
        number = said.get("sis_user_id") or said.get("id", "")
        if login or number or said.get("email"):
            moodle.append([login, number, said.get("email", ""), *mine])
    write_csv(folder / "scores.csv", canvas)
    write_csv(folder / "scores_moodle.csv", moodle)


def canvas_user(learner: Learner) -> list[str]:
    """A learner in the columns by which Canvas finds her."""
    said = learner.details
    login = said.get("sis_login_id") or said.get("username") or learner.key
    ids = [said.get("id", ""), said.get("sis_user_id", ""), login, said.get("section", "")]
    return [learner.name, *ids]


def scores_of(rows: Sequence[Row], title: str = "") -> dict[tuple[str, str], str]:
    """The points of each learner and column; empty where a part of them is not known."""
    earned: dict[tuple[str, str], float] = {}
    unknown: set[tuple[str, str]] = set()
    for row in rows:
        place = row.learner, title or row.topic
        earned[place] = earned.get(place, 0.0) + row.points
        if not row.counts:
            unknown.add(place)
    return {place: "" if place in unknown else f"{round(p, 2):g}" for place, p in earned.items()}


def write_csv(path: Path, lines: Iterable[Sequence[str]], for_a_spreadsheet: bool = False) -> None:
    """Write a table that no spreadsheet takes for formulas; in UTF-8.

    What a platform reads has no mark of its encoding, since it knows its columns by the first cell.
    """
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([[_text(c) for c in line] for line in lines])
    # Without a mark a spreadsheet takes it for the encoding of its machine.
    marked = for_a_spreadsheet and not text.getvalue().isascii()
    files.replace(path, text.getvalue().encode("utf-8-sig" if marked else "utf-8", "replace"))


def _text(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    cell = "".join(c if c.isprintable() else " " for c in cell)
    return f"'{cell}" if cell.lstrip().startswith(FORMULAS) else cell
