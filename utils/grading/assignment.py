"""``assignment.toml``: what is asked of a class, until when, and how it is marked.

`course release` and `course grade` read it. Every mistake is one sentence that names the line.
"""

from __future__ import annotations

import difflib
import functools
import re
import tomllib
import zoneinfo
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any, NoReturn

from utils import catalogue, files
from utils.exercises.model import LEVELS
from utils.grading.policy import LatePolicy
from utils.refused import Refused
from utils.translation import FOLDERS, joined, message, translated

WEEKS = Path(__file__).with_name("weeks.toml")
LATEST, BEST, FIRST = "latest", "best", "first"
# Of an exercise; fewer than the least would be rounded away.
MIN_POINTS, MAX_POINTS = 0.01, 10_000
MAX_BYTES = 2**20
# A date outside of these is a slip of the hand, and no calendar can compute with all of them.
YEARS = range(1970, 2201)
# Characters of a sentence about what is wrong.
MAX_SENTENCE = 400

TOP = (
    "title",
    "language",
    "time_zone",
    "opens",
    "due",
    "ask",
    "leave_out",
    "extra_credit",
    "total",
    "points",
    "weights",
    "late",
    "extensions",
    "attempts",
)
LATE = ("grace_minutes", "percent_a_day", "cap_percent", "zero_after_days")
ATTEMPTS = ("allowed", "counts", "file_times")


class CannotAssign(Refused, ValueError):
    """An assignment cannot be read or written; the message says why, and in which line."""


@dataclass(frozen=True)
class Question:
    """An exercise that is asked, and what it is worth here."""

    topic: str
    exercise: str
    points: float
    extra_credit: bool = False


@dataclass(frozen=True)
class Assignment:
    """What a file says.

    Attributes
    ----------
    questions : tuple of Question
        In the order of the course.
    opens, due : datetime, optional
        With a time zone.
    zone : tzinfo
        In which times without a zone are read.
    extensions : mapping of str to datetime or timedelta
        By learner: another due date, or how much later than the ordinary one.
    attempts_allowed : int, optional
        Later ones do not count; by default all do.
    attempt_counts : {"latest", "best", "first"}
        Which of them is the mark.
    file_times : bool
        Whether the time of a file is when it was handed in.
    """

    questions: tuple[Question, ...]
    title: str = ""
    language: str = "en"
    zone: tzinfo = UTC
    opens: datetime | None = None
    due: datetime | None = None
    late: LatePolicy = field(default_factory=LatePolicy)
    extensions: Mapping[str, datetime | timedelta] = field(default_factory=dict)
    attempts_allowed: int | None = None
    attempt_counts: str = LATEST
    file_times: bool = False

    @classmethod
    def read(cls, path: Path) -> Assignment:
        """The assignment in a file.

        Raises
        ------
        CannotAssign
            When something in it is not as it should be.
        """
        return _Reader(path).assignment()

    @property
    def topics(self) -> list[str]:
        """The topics of its questions, in the order of the course."""
        return list(dict.fromkeys(question.topic for question in self.questions))

    def chapter(self) -> str:
        """The number of its chapter, for what is done with one chapter at a time.

        Raises
        ------
        CannotAssign
            When it asks of several.
        """
        numbers = [catalogue.chapter(topic).number for topic in self.topics]
        if len(numbers) > 1:
            raise CannotAssign(
                f"{self.title} asks of chapters {_list(numbers)}, and this takes one chapter: "
                "write an assignment for each of them."
            )
        return numbers[0]

    @property
    def by_exercise(self) -> dict[str, Question]:
        """Its questions, by the name of the exercise."""
        return {question.exercise: question for question in self.questions}

    def due_with(self, extension: datetime | timedelta) -> datetime | None:
        """The due date of a learner who has an extension."""
        if isinstance(extension, datetime):
            return extension
        return self.due + extension if self.due else None

    def summary(self) -> str:
        """What `course assignment check` prints."""
        asked = [q for q in self.questions if not q.extra_credit]
        extra = [q for q in self.questions if q.extra_credit]
        minutes = sum(catalogue.load(q.topic)[q.exercise].minutes for q in self.questions)
        points = sum(q.points for q in asked)
        lines = [f"{self.title}: {len(asked)} exercises, {points:g} points, {minutes} minutes."]
        if extra:
            names = ", ".join(q.exercise for q in extra)
            lines.append(f"Extra credit: {names} ({sum(q.points for q in extra):g} points).")
        if self.due:
            since = f"Opens {self.opens:%Y-%m-%d %H:%M}, due" if self.opens else "Due"
            lines.append(f"{since} {self.due:%Y-%m-%d %H:%M} ({self.due.tzinfo}).")
            lines.append(self.late_in_words)
        if self.extensions:
            lines.append(f"Extensions: {', '.join(self.extensions)}.")
        allowed = self.attempts_allowed or "any number of"
        lines.append(f"Attempts: {allowed}; the {self.attempt_counts} counts.")
        width = max(len(q.exercise) for q in self.questions)
        lines += [
            f"  {catalogue.chapter(q.topic).number} {q.exercise:<{width}}  {q.points:g}"
            for q in self.questions
        ]
        return "\n".join(lines)

    @property
    def late_in_words(self) -> str:
        """What lateness costs, as learners read it."""
        late = self.late
        if not late.percent_a_day and late.zero_after_days is None:
            return translated("Lateness takes no points.")
        percent = f"{late.percent_a_day:g}"
        text = message("Each day of lateness that has begun takes {percent} % of the points.")
        if late.cap_percent < 100:
            text = message(
                "Each day of lateness that has begun takes {percent} % of the points, at most "
                "{cap} %."
            )
        said = [translated(text, percent=percent, cap=f"{late.cap_percent:g}")]
        if late.zero_after_days is not None:
            text = message("After {days} days there are 0 points.")
            said.append(translated(text, days=late.zero_after_days))
        if late.grace_minutes:
            text = message("{minutes} minutes after the due date are in time.")
            said.append(translated(text, minutes=f"{late.grace_minutes:g}"))
        return joined(*said)


# ---- what can be asked ----------------------------------------------------------------------


@functools.cache
def _weeks() -> dict[str, Any]:
    return tomllib.loads(WEEKS.read_text("utf-8"))


def weeks() -> dict[int, list[str]]:
    """What each week of the guide asks, as an assignment writes it."""
    return {int(number): asked for number, asked in _weeks()["weeks"].items()}


def sets(number: str) -> dict[str, list[str]]:
    """The sets of a chapter by name: its own, and one for each level."""
    tasks = _of_chapter(number)
    own = _weeks()["sets"].get(number, {})
    levels = {level: [n for n, t in tasks.items() if t.level == level] for level in LEVELS}
    return own | {level: names for level, names in levels.items() if names}


def _of_chapter(number: str) -> dict[str, Any]:
    chapter = catalogue.numbered(number)
    return catalogue.load(chapter.topic) if chapter and chapter.has_exercises else {}


def chosen(word: str) -> list[str]:
    """The exercises that a word of an assignment means: a chapter, a set, or one exercise.

    Raises
    ------
    ValueError
        When it means nothing; the message says what is near.

    Examples
    --------
    >>> chosen("02 split")
    ['temporal_split']
    >>> chosen("mase")
    ['mase']
    """
    first, _, name = " ".join(word.split()).partition(" ")
    if re.fullmatch(r"\d\d?", first):
        number = f"{int(first):02d}"
        tasks = _of_chapter(number)
        if not tasks:
            there = ", ".join(catalogue.chapter(topic).number for topic in catalogue.topics())
            raise ValueError(f"chapter {number} has no exercises; choose of {there}")
        if not name:
            return list(tasks)
        if name not in sets(number):
            raise ValueError(f"chapter {number} has no set {name!r}; it has {_list(sets(number))}")
        return sets(number)[name]
    known = [name for topic in catalogue.topics() for name in catalogue.load(topic)]
    if word in known:
        return [word]
    near = difflib.get_close_matches(word, known, n=1)
    raise ValueError(
        f"no exercise is called {word!r}; "
        + (
            f"did you mean {near[0]!r}?"
            if near
            else 'write a chapter as "03", a set as "02 metrics"'
        )
    )


def _list(words: Any) -> str:
    return ", ".join(map(str, words))


# ---- reading --------------------------------------------------------------------------------


class _Reader:
    """Reads one file, and knows the line of everything in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                raw = file.read(MAX_BYTES + 1)
            text = raw.decode("utf-8-sig")
        except OSError as error:
            raise CannotAssign(f"{path} cannot be read ({error.strerror}).") from None
        except UnicodeDecodeError:
            raise CannotAssign(f"{path} is not in UTF-8: save it as UTF-8.") from None
        if len(raw) > MAX_BYTES:
            raise CannotAssign(f"{path} is larger than 1 MB: give the file of an assignment.")
        self.lines = text.splitlines()
        try:
            self.said = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise CannotAssign(self._of_syntax(str(error))) from None
        except (RecursionError, ValueError):
            # Python's own limits of nesting, and of the digits of a whole number.
            raise CannotAssign(
                f"{path} holds a number that is too long, or brackets in too many brackets: write "
                "it as `course assignment new` does."
            ) from None

    def _of_syntax(self, message: str) -> str:
        what, _, place = message.partition(" (at ")
        if match := re.match(r"line (\d+)", place):
            number = int(match[1])
        else:
            number = max(1, len(self.lines))
        return (
            f"{self.path}, line {number}: it is no TOML ({what[:1].lower()}{what[1:]}); "
            'text stands in "quotes", a list in [brackets].'
        )

    def assignment(self) -> Assignment:
        """What the file says."""
        self._known("", self.said, TOP)
        zone = self._zone()
        opens, due = self._moment("opens", zone, time()), self._moment("due", zone, time(23, 59))
        if opens and due and due <= opens:
            self._fail("due", "due is not after opens; change one of the two dates")
        extensions = self._extensions(zone, due)
        late, attempts = self._late(), self._table("attempts", ATTEMPTS)
        if due is None and (late != LatePolicy() or extensions):
            where = "late" if "late" in self.said else "extensions"
            self._fail(where, f"[{where}] needs a date: write due = 2026-03-09T23:59:00 above it")
        return Assignment(
            self._questions(),
            self._text("title", self.path.stem.replace("_", " ")),
            self._one_of("language", "", FOLDERS, "en"),
            zone,
            opens,
            due,
            late,
            extensions,
            self._whole("attempts", "allowed", attempts),
            self._one_of("counts", "attempts", (LATEST, BEST, FIRST), LATEST),
            self._is_true("attempts", "file_times", attempts),
        )

    # ---- one thing each ----

    def _questions(self) -> tuple[Question, ...]:
        if "ask" not in self.said:
            raise CannotAssign(
                f'{self.path}, line 1: it asks nothing; write a line as ask = ["03", "02 metrics"].'
            )
        asked = self._chosen("ask")
        out = self._chosen("leave_out")
        extra = self._chosen("extra_credit")
        for name in out - asked:
            self._fail("leave_out", f"leave_out names {name}, which ask does not")
        wanted = (asked - out) | extra
        if not asked - out - extra:
            self._fail("ask", "nothing is left to ask that is no extra credit")
        own = {
            name: (topic, float(task.points))
            for topic in catalogue.topics()
            for name, task in catalogue.load(topic).items()
            if name in wanted
        }
        points = {name: mine for name, (_, mine) in own.items()}
        for name, weight in self._numbers("weights", points):
            points[name] *= weight
        for name, value in self._numbers("points", points):
            points[name] = value
        if "total" in self.said:
            total = self._number("total", self.said["total"], "total", MIN_POINTS, MAX_POINTS)
            now = sum(p for name, p in points.items() if name not in extra)
            points = {name: round(p * total / now, 2) for name, p in points.items()}
            # Rounding must not change the total.
            last = [name for name in points if name not in extra][-1]
            rest = sum(p for n, p in points.items() if n not in extra and n != last)
            points[last] = round(total - rest, 2)
        for name, value in points.items():
            if not MIN_POINTS <= value <= MAX_POINTS:
                key = next(key for key in ("total", "weights", "ask") if key in self.said)
                self._fail(
                    key,
                    f"{name} would be worth {value:g} points; change the numbers so that each "
                    f"exercise has from {MIN_POINTS:g} to {MAX_POINTS:,}",
                )
        return tuple(
            Question(topic, name, points[name], name in extra) for name, (topic, _) in own.items()
        )

    def _chosen(self, key: str) -> set[str]:
        said = self.said.get(key, [])
        if not isinstance(said, list) or not all(isinstance(word, str) for word in said):
            self._fail(key, f'{key} is a list of texts, as in {key} = ["03", "02 metrics"]')
        found: set[str] = set()
        for word in said:
            try:
                found.update(chosen(word))
            except ValueError as error:
                self._fail(key, f"{key}: {error}", word)
        return found

    def _numbers(self, table: str, wanted: Mapping[str, float]) -> Iterator[tuple[str, float]]:
        """The exercises that a table of points or weights names, and the number of each."""
        said = self.said.get(table, {})
        if not isinstance(said, dict):
            self._fail(table, f"{table} is a table: write [{table}], then a line an exercise")
        for key, value in said.items():
            number = self._number(key, value, f"{table}.{key}", MIN_POINTS, MAX_POINTS, table)
            try:
                names = chosen(key)
            except ValueError as error:
                self._fail(key, f"[{table}]: {error}", table=table)
            if not set(names) & set(wanted):
                self._fail(key, f"[{table}] names {key}, which is not asked", table=table)
            yield from ((name, number) for name in names if name in wanted)

    def _late(self) -> LatePolicy:
        said = self._table("late", LATE)
        number = functools.partial(self._number, table="late")
        policy = {
            key: number(key, said[key], f"late.{key}", 0, most)
            for key, most in zip(LATE[:3], (60 * 24 * 7, 100, 100), strict=True)
            if key in said
        }
        return LatePolicy(**policy, zero_after_days=self._whole("late", "zero_after_days", said, 0))

    def _extensions(self, zone: tzinfo, due: datetime | None) -> dict[str, datetime | timedelta]:
        said = self.said.get("extensions", {})
        if not isinstance(said, dict):
            self._fail("extensions", "extensions is a table: write [extensions], then mei = 2")
        found: dict[str, datetime | timedelta] = {}
        for learner, value in said.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                days = self._number(learner, value, learner, 0, 366, "extensions")
                found[learner] = timedelta(days=days)
                continue
            moment = self._as_moment(learner, value, zone, time(23, 59), "extensions")
            if due and moment < due:
                self._fail(
                    learner,
                    f"the extension of {learner} ends before the due date",
                    table="extensions",
                )
            found[learner] = moment
        return found

    def _zone(self) -> tzinfo:
        name = self._text("time_zone", "UTC")
        try:
            return zoneinfo.ZoneInfo(name)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            near = difflib.get_close_matches(name, zoneinfo.available_timezones(), n=1)
            hint = f"did you mean {near[0]!r}?" if near else 'write one as "Asia/Shanghai"'
            self._fail("time_zone", f"there is no time zone {name!r}; {hint}")

    def _moment(self, key: str, zone: tzinfo, at: time) -> datetime | None:
        return self._as_moment(key, self.said[key], zone, at) if key in self.said else None

    def _as_moment(self, key: str, value: Any, zone: tzinfo, at: time, table: str = "") -> datetime:
        if isinstance(value, date) and value.year not in YEARS:
            years = f"from {YEARS[0]} to {YEARS[-1]}"
            self._fail(key, f"the year of {key} is {value.year}; write one {years}", table=table)
        if isinstance(value, datetime):
            return value if value.tzinfo else value.replace(tzinfo=zone)
        if isinstance(value, date):
            return datetime.combine(value, at, zone)
        also = " or a number of days" if table else ""
        self._fail(
            key,
            f"{key} is {value!r}; write a date without quotes, as in 2026-03-09T23:59:00{also}",
            table=table,
        )

    # ---- kinds of values ----

    def _table(self, key: str, known: tuple[str, ...]) -> dict[str, Any]:
        said = self.said.get(key, {})
        if not isinstance(said, dict):
            self._fail(key, f"{key} is a table: write [{key}], then {known[0]} = 1")
        self._known(key, said, known)
        return said

    def _known(self, table: str, said: Mapping[str, Any], known: tuple[str, ...]) -> None:
        for key in said:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"did you mean {near[0]}?" if near else f"there are {_list(known)}"
                self._fail(key, f"{key} is not known here; {hint}", table=table)

    def _text(self, key: str, default: str) -> str:
        value = self.said.get(key, default)
        if not isinstance(value, str) or not value.strip() or not value.isprintable():
            self._fail(key, f'{key} is a line of text in quotes, as in {key} = "Week 3"')
        return value

    def _one_of(self, key: str, table: str, known: Any, default: str) -> str:
        said = self.said.get(table, {}) if table else self.said
        value = said.get(key, default)
        if not isinstance(value, str) or value not in known:
            named = " or ".join(f'"{each}"' for each in known)
            self._fail(key, f"{key} is {value!r}; choose {named}", table=table)
        return value

    def _is_true(self, table: str, key: str, said: Mapping[str, Any]) -> bool:
        value = said.get(key, False)
        if not isinstance(value, bool):
            self._fail(key, f"{key} is {value!r}; write true or false, without quotes", table=table)
        return value

    def _whole(self, table: str, key: str, said: Mapping[str, Any], least: int = 1) -> int | None:
        value = said.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 1000:
            text = f"{key} is {value!r}; write a whole number from {least} to 1000"
            self._fail(key, text, table=table)
        return value

    def _number(
        self, key: str, value: Any, name: str, least: float, most: float, table: str = ""
    ) -> float:
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or not least <= value <= most:
            self._fail(
                key, f"{name} is {value!r}; write a number from {least:g} to {most:,g}", table=table
            )
        return float(value)

    # ---- lines ----

    def _fail(self, key: str, what: str, word: str = "", table: str = "") -> NoReturn:
        what = "".join(c if c.isprintable() else " " for c in what)
        if len(what) > MAX_SENTENCE:
            what = f"{what[:MAX_SENTENCE]}…"
        end = "" if what.endswith(("?", "…")) else "."
        raise CannotAssign(f"{self.path}, line {self._line(key, word, table)}: {what}{end}")

    def _line(self, key: str, word: str, table: str) -> int:
        """The line that sets ``key``; of a list over several lines, the one with ``word``."""
        inside, begun = "", 0
        spelled = re.compile(rf"\s*(?:[\"']?{re.escape(key)}[\"']?)\s*=")
        for number, line in enumerate(self.lines, 1):
            if not begun and (match := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line)):
                inside = match[1].strip("\"'")
                if inside == key and not table:
                    return number
            elif inside == table and spelled.match(line):
                begun = number
            if begun and (not word or f'"{word}"' in line or f"'{word}'" in line):
                return number
        return begun or 1


# ---- writing --------------------------------------------------------------------------------

TEMPLATE = """# `course assignment check {path}` says what this means, or what is wrong with it.
title = "{title}"
language = "{language}"
time_zone = "{zone}"
opens = {opens}T09:00:00
due = {due}T23:59:00

# A chapter is "03", a set of it "02 metrics" or "03 senior", an exercise its name.
ask = [{ask}]
leave_out = []
extra_credit = []
# total = 100               # shares out this many points; by default each exercise has its own

[points]                    # instead of an exercise's own points: mase = 4
[weights]                   # times its own points: "03" = 2

[late]
grace_minutes = 15
percent_a_day = 10          # a day that has begun is a day
cap_percent = 50
zero_after_days = 7

[extensions]                # by learner: days after the due date, or another date
# mei = 2
# li = 2026-03-20T23:59:00

[attempts]
counts = "latest"           # or "best" or "first"
# allowed = 3               # later ones do not count
# file_times = true         # only where nothing has changed the times of the files
"""


def begin_with(week: int | None, chapter: str | None) -> list[str]:
    """What a new assignment asks: a week of the guide, or a chapter.

    Raises
    ------
    CannotAssign
        When it is neither.
    """
    if (week is None) == (chapter is None):
        raise CannotAssign("Say what to ask: --week 3 or --chapter 03.")
    if chapter is not None:
        return [chapter]
    if week not in weeks():
        raise CannotAssign(f"There is no week {week}: the guide has 1 to {max(weeks())}.")
    return weeks()[week]


def new(
    path: Path, ask: list[str], title: str, today: date, zone: str = "UTC", language: str = "en"
) -> None:
    """Write a file to begin with, due in a week.

    Raises
    ------
    CannotAssign
        When the file is there already.
    """
    if path.exists():
        raise CannotAssign(f"{path} is there already: give another name, or edit that one.")
    for word in ask:
        try:
            chosen(word)
        except ValueError as error:
            raise CannotAssign(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
    text = TEMPLATE.format(
        path=path.name,
        title=title,
        language=language,
        zone=zone,
        opens=today,
        due=today + timedelta(days=7),
        ask=", ".join(f'"{word}"' for word in ask),
    )
    files.replace(path, text)
