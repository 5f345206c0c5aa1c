"""From marks of answers to those that count: weights, lateness, attempts, changes by hand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path

from utils import catalogue
from utils.grading import free_text
from utils.grading.assignment import BEST, Assignment
from utils.grading.marking import Row
from utils.grading.policy import Adjustment, taken
from utils.grading.roster import CannotGrade, Line, Roster, read_table
from utils.grading.status import Status
from utils.grading.submissions import Submission
from utils.translation import message, translated

ADJUSTMENTS = "adjustments.csv"
COLUMNS = ("learner", "exercise", "points", "change", "comment", "by")
MOST_COMMENT = 2_000
# Lines that are wrong and are said at once.
MOST_WRONG = 20

Marks = tuple[Submission, list[Row]]


# ---- an assignment --------------------------------------------------------------------------


def weighed(assignment: Assignment, submission: Submission, rows: Sequence[Row]) -> list[Row]:
    """The rows with the points of the assignment, less what lateness takes."""
    asked = assignment.by_exercise
    found = []
    for row in rows:
        question = asked[row.exercise]
        earned = round(row.points * question.points / row.max_points, 2)
        penalty, left = taken(earned, submission.lateness)
        found.append(
            replace(
                row,
                points=left,
                max_points=question.points,
                marked=earned,
                penalty=penalty,
                extra_credit=question.extra_credit,
            )
        )
    return found


def one_attempt(marks: Iterable[Marks], counts: str) -> list[Marks]:
    """Of each learner the attempt that counts: where several were marked, the best."""
    chosen = []
    for _, group in groupby(marks, key=lambda pair: pair[0].learner.key):
        attempts = list(group)
        best = max(attempts, key=lambda pair: sum(row.points for row in pair[1]))
        if counts == BEST and len(attempts) > 1:
            submission = best[0]
            submission.notes.append(
                translated(
                    "Attempt {n} of {total} counts, as the best.",
                    n=submission.attempt,
                    total=submission.attempts,
                )
            )
        chosen.append(best)
    return chosen


# ---- changes by hand ------------------------------------------------------------------------


def read_adjustments(path: Path) -> list[tuple[int, Adjustment]]:
    """The lines of a file of adjustments, each with its number; none when there is no file.

    Raises
    ------
    CannotGrade
        When lines cannot be meant; the message has a sentence for each.
    """
    if not path.exists():
        return []
    lines = read_table(path, once=COLUMNS)
    columns = lines[0].cells if lines else {}
    missing = [name for name in ("learner", "exercise") if lines and name not in columns]
    if missing:
        raise CannotGrade(
            f"{path} has no column {missing[0]}: its columns are learner, exercise, points or "
            "change, comment, by."
        )
    found, wrong = [], []
    for line in lines:
        try:
            found.append((line.number, _adjustment(path, line)))
        except CannotGrade as problem:
            wrong.append(str(problem))
    if wrong:
        more = len(wrong) - MOST_WRONG
        rest = [f"{path}: lines that are wrong besides: {more}."] if more > 0 else []
        raise CannotGrade("\n".join([*wrong[:MOST_WRONG], *rest]))
    return found


def _adjustment(path: Path, line: Line) -> Adjustment:
    said, where = line.cells, f"{path}, line {line.number}"
    points, change = (_number(where, name, said.get(name, "")) for name in ("points", "change"))
    if points is not None and change is not None:
        raise CannotGrade(f"{where}: it has points and a change; leave one of them empty.")
    if points is not None and points < 0:
        raise CannotGrade(f"{where}: points is {points:g}; write 0 or more, or use change.")
    comment = said.get("comment", "")
    if points is None and change is None and not comment:
        raise CannotGrade(f"{where}: it says nothing; write points, a change or a comment.")
    if not said.get("learner"):
        raise CannotGrade(f"{where}: it names no learner.")
    name = said.get("exercise", "")
    if not name and (points, change) != (None, None):
        raise CannotGrade(
            f"{where}: it gives points and names no exercise; name one, or write a comment alone."
        )
    if name and catalogue.topic_of(name) is None and not free_text.is_question(name):
        raise CannotGrade(f"{where}: no exercise is called {name!r}; see gradebook.csv for names.")
    return Adjustment(
        said["learner"], name, points, change, comment[:MOST_COMMENT], said.get("by", "")
    )


def _number(where: str, name: str, text: str) -> float | None:
    # A spreadsheet may have kept a sign by an apostrophe, and writes a decimal comma in places.
    text = text.lstrip("'").replace("\N{MINUS SIGN}", "-").replace(",", ".")
    if not text:
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or abs(number) > 10_000:
        raise CannotGrade(f"{where}: {name} is {text!r}; write a number, as in 2.5.")
    return number


def adjusted(
    rows: Sequence[Row], said: Sequence[tuple[int, Adjustment]], roster: Roster
) -> tuple[list[Row], list[Adjustment], list[str]]:
    """The rows after a person's changes, the changes that were used, and what was not, in words."""
    mine: dict[tuple[str, str], list[Adjustment]] = {}
    notes = []
    places = {(row.learner, row.exercise): row for row in rows}
    for number, each in said:
        learner = roster.find([each.learner])
        place = (learner.key if learner else "", each.exercise)
        mark = places.get(place)
        if learner and (mark or not each.exercise):
            mine.setdefault(place, []).append(replace(each, learner=learner.key))
            if mark and (each.points or 0) > (possible := mark.max_points):
                text = message(
                    "{file}, line {n}, gives {points} points for {exercise}, which has {possible}: "
                    "the points of that line are used."
                )
                given = {"points": f"{each.points:g}", "possible": f"{possible:g}"}
                said_of = {"file": ADJUSTMENTS, "n": number, "exercise": each.exercise}
                notes.append(translated(text, **said_of, **given))
        else:
            if not learner:
                why = translated("nobody is called {name} here", name=each.learner)
            elif free_text.is_question(each.exercise):
                why = translated("{exercise} is answered by nobody here", exercise=each.exercise)
            else:
                why = translated("{exercise} is not asked here", exercise=each.exercise)
            text = message("{file}, line {n}, is not used: {why}.")
            notes.append(translated(text, file=ADJUSTMENTS, n=number, why=why))
    changed = [_after(row, mine.get((row.learner, row.exercise), [])) for row in rows]
    return changed, [each for group in mine.values() for each in group], notes


def _after(row: Row, said: Sequence[Adjustment]) -> Row:
    if not said:
        return row
    points, counts = row.points, row.counts
    for each in said:
        if each.points is not None or counts:
            points = each.applied(points)
            counts = counts or each.points is not None
    status = row.status if row.counts == counts else Status.BY_HAND
    marked = row.earned if row.counts else points
    return replace(row, points=points, marked=marked, status=status, adjustments=tuple(said))
