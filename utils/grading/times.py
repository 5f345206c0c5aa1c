"""When something was handed in.

The name of a file is its learner's, and the time of a file is that of the last copy of it. Neither
tells when it was handed in; a list from the platform does, and nbgrader's ``timestamp.txt``. The
time of a file counts where the assignment says so.
"""

from __future__ import annotations

import contextlib
import re
import zoneinfo
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

from utils.grading.assignment import YEARS, Assignment
from utils.grading.handed_in import MOST_NAMED, File
from utils.grading.roster import DETAILS, KEYS, CannotGrade, Roster, read_table
from utils.grading.submissions import COLLECTED, Submission
from utils.translation import first_of, message, translated

SUBMITTED = "submitted.csv"
TIMESTAMP = "timestamp.txt"
# How platforms head the column: Canvas, Moodle.
COLUMNS = ("time", "submitted_at", "submitted", "last_modified_(submission)")
FORMATS = (
    "%A, %d %B %Y, %I:%M %p",
    "%b %d, %Y %I:%M %p",
    *(f"%Y{sep}%m{sep}%d {time}" for sep in "/-." for time in ("%H:%M:%S", "%H:%M", "%I:%M %p")),
)
# What platforms write for who handed in nothing.
NOT_HANDED_IN = frozenset({"", "-", "--", "未提交", "未交", "缺交"})
# Half of the day, before the time.
HALF = re.compile("(上午|下午) ?([0-9:]+)")
WEEKDAY = re.compile("(星期|周)[一二三四五六日天]")
# The days since the first of a spreadsheet, where a cell is no date; those of this century.
DAYS, FIRST_DAY = re.compile(r"[3-6]\d{4}(\.\d+)?"), datetime(1899, 12, 30)
# After a time of day there may be a zone.
ZONED = re.compile(r"(.*\d:\d\d\S*(?: [AP]M)?) ([A-Za-z]\S*)", re.IGNORECASE | re.DOTALL)
# No hand-in of a time before this: what a zip file without times says.
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

Times = Mapping[tuple[str, int], datetime]


def read(
    path: Path, roster: Roster, zone: tzinfo, notes: list[str] | None = None
) -> dict[tuple[str, int], datetime]:
    """The times in a list from a platform, by learner and attempt; attempt 0 is whichever counts.

    Parameters
    ----------
    notes : list of str, optional
        Whose lines are nobody's is added to it, in a sentence.

    Raises
    ------
    CannotGrade
        When a line cannot be read; the message names it.
    """
    found: dict[tuple[str, int], datetime] = {}
    strangers = []
    once = ("learner", "attempt", *COLUMNS)
    for line in read_table(path, once, COLUMNS) if path.exists() else ():
        said = line.cells
        column = next((name for name in COLUMNS if name in said), None)
        if column is None:
            raise CannotGrade(f"{path} has no column time; its columns are {', '.join(said)}.")
        if said[column] in NOT_HANDED_IN:
            continue
        words = [said[key] for key in dict.fromkeys((*KEYS, *DETAILS)) if said.get(key)]
        where, attempt = f"{path}, line {line.number}", said.get("attempt", "")
        if attempt and not re.fullmatch("[0-9]{1,4}", attempt):
            raise CannotGrade(f"{where}: attempt is {attempt!r}; write 1 for the first.")
        moment = _moment(said[column], zone)
        if moment is None:
            raise CannotGrade(
                f"{where}: the time is {said[column]!r}; write it as 2026-03-09 23:59."
            )
        if learner := roster.find(words):
            place = learner.key, int(attempt or 0)
            found[place] = max(moment, found.get(place, moment))
        else:
            strangers.append(next(iter(words), where))
    if strangers and notes is not None:
        text = message("{file} has times of {names}, and nobody is called that.")
        names = first_of(strangers, MOST_NAMED)
        notes.append(translated(text, file=path.name, names=names))
    return found


def judge(submissions: Sequence[Submission], assignment: Assignment, listed: Times) -> list[str]:
    """Write down how late each is, and say for how many that is not known, or whose is unclear."""
    unknown = 0
    extended, notes = _extensions(submissions, assignment)
    course = _is_course(submissions)
    for each in submissions:
        if not each.files:
            continue
        due = assignment.due_with(extended.get(each.learner.key, timedelta()))
        moment = _handed_in(each, assignment, listed, course)
        if due and moment:
            each.lateness = assignment.late.lateness(moment, due)
        elif due:
            unknown += 1
            if each.said_late:
                each.notes.append(
                    translated(
                        "Late, and it is not known by how much: no points are taken off until "
                        "{file} gives the time.",
                        file=SUBMITTED,
                    )
                )
    if unknown and assignment.late.percent_a_day + (assignment.late.zero_after_days is not None):
        notes.append(
            translated(
                "It is not known when {n} of the submissions were handed in, and no points are "
                "taken off for lateness: give the times in {file}, with the columns learner and "
                "time.",
                n=unknown,
                file=SUBMITTED,
            )
        )
    return notes


def _extensions(
    submissions: Sequence[Submission], assignment: Assignment
) -> tuple[dict[str, datetime | timedelta], list[str]]:
    """The extension of each learner who has one, the longest of several; whose it is not known."""
    roster = Roster({each.learner.key: each.learner for each in submissions})
    found: dict[str, datetime | timedelta] = {}
    notes = []
    for name, extension in assignment.extensions.items():
        learner = roster.find([name])
        if learner is None:
            text = message("An extension is for {name}, and nobody is called that.")
            notes.append(translated(text, name=name))
            continue
        several = (extension, found.get(learner.key, extension))
        found[learner.key] = max(several, key=lambda each: assignment.due_with(each) or EPOCH)
    return found, notes


def _handed_in(
    each: Submission, assignment: Assignment, listed: Times, course: bool
) -> datetime | None:
    key = each.learner.key
    said = listed.get((key, each.attempt)) or (
        listed.get((key, 0)) if each.attempt == each.attempts else None
    )
    if said:
        return said
    stamps = [_stamp(file, assignment.zone, course) for file in each.files]
    if all(stamps):
        return max(stamp for stamp in stamps if stamp)
    if assignment.file_times:
        moment = max(_of_file(file, assignment.zone) for file in each.files)
        return moment if moment > EPOCH else None
    return None


def _of_file(file: File, zone: tzinfo) -> datetime:
    moment = datetime.fromtimestamp(file.modified, UTC)
    # A zip file has the time of a clock on a wall, and no zone.
    return moment.replace(tzinfo=zone) if file.member else moment


def _is_course(submissions: Sequence[Submission]) -> bool:
    """Whether the folder that was given is a course of nbgrader: all that counts is in its own."""
    files = (file for each in submissions for file in each.files)
    return all(file.name.startswith(f"{COLLECTED}/") for file in files)


def _stamp(file: File, zone: tzinfo, course: bool) -> datetime | None:
    """What nbgrader wrote beside a notebook that it collected: ``submitted/LEARNER/ASSIGNMENT/``.

    Anywhere else a file of that name is the learner's own, who may call her folders as nbgrader
    does: the first must be of the ``course`` that was given, or be what was given.
    """
    path = Path(file.path).with_name(TIMESTAMP)
    if file.member:
        return None
    folders = file.name.split("/")[:-1]
    if not course:
        folders.insert(0, Path(file.path).parents[len(folders)].resolve().name)
    if folders[:1] != [COLLECTED] or len(folders) != 3:
        return None
    if path.is_symlink() or not path.is_file() or path.stat().st_size > 200:
        return None
    return _moment(path.read_text("utf-8", "replace").strip(), zone)


def _half(half: re.Match[str]) -> str:
    return f"{half[2]} {'AM' if half[1] == '上午' else 'PM'}"


def _moment(text: str, zone: tzinfo) -> datetime | None:
    """A time as programs write it; in ``zone`` where it names none that is known."""
    if DAYS.fullmatch(text):
        return (FIRST_DAY + timedelta(seconds=round(float(text) * 86_400))).replace(tzinfo=zone)
    text = re.sub("[年月]", "-", WEEKDAY.sub("", text)).replace("日", " ")
    text = " ".join(HALF.sub(_half, text).split())
    if (match := ZONED.fullmatch(text)) and match[2].upper() not in ("AM", "PM"):
        text = match[1]
        # One that is unknown is that of the assignment.
        with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            zone = UTC if match[2] == "UTC" else zoneinfo.ZoneInfo(match[2])
    for form in ("", *FORMATS):
        try:
            moment = datetime.strptime(text, form) if form else datetime.fromisoformat(text)
        except ValueError:
            continue
        if moment.year not in YEARS:
            return None
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return None
