"""Which version of what a notebook is, by its name: attempts, dates, copies and what is late."""

from __future__ import annotations

import contextlib
import re
import unicodedata
from datetime import datetime

LATE = re.compile(
    r"[ _.-]*\(?\b(late)\b\)?|_LATE(?=_|$)|[ _.-]*[(（]?(迟交|补交)[)）]?", re.IGNORECASE
)
# Of a folder for what was handed in once more.
AGAIN = re.compile("重交|重新提交|resubm", re.IGNORECASE)
# A date, and perhaps a time of day, as people and programs write them into names. The number of a
# student may begin with a year too.
TIME = re.compile(
    r"[ _.-]*(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])"
    r"(?:[T _-]*([01]\d|2[0-3])[-_.h]?([0-5]\d)[-_.m]?([0-5]\d)?)?(?!\d)"
)
# Mar 9, 2026 905 AM, as Brightspace writes it.
SPOKEN_TIME = re.compile(r"([A-Z][a-z]{2} \d{1,2}, 20\d\d) (\d{3,4} [AP]M)")
NUMBER = re.compile(
    r"(?:[ _-]*[(（](\d{1,4})[)）]|(?<!\d{4})[ _]*-(\d{1,4})|[ _-]+v(\d{1,4})|[ _-]+copy|"
    r"(?<=.)[ _-]*副本 *(?:[(（](\d{1,4})[)）]|(\d{0,4})))$",
    re.I,
)
# What people call the last version of all, which comes after the plain one.
LAST = "最终版?|终版|终稿|定稿|修改版"
FINAL = re.compile(rf"(?<=.)[ _.-]*[(（]?(?:{LAST}|[ _-]final)+ *(\d{{0,2}})[)）]?$", re.I)
# What is the end of no name of a person.
VERSION_ALONE = re.compile(f"[(（]|副本|{LAST}")
# A final version comes after any number, and what is late after both.
FINAL_RANK, LATE_RANK = 10_000, 1_000_000
# A folder of one attempt; 第三次作业 is the third homework.
ATTEMPT = re.compile(
    r"(?:^|(?<=/))(?:(?:version|attempt|v)[ _-]?(\d{1,3})|"
    r"第([一二三四五六七八九十]{1,3}|\d{1,2})(?:次(?:提交|修改|补交)|版))/",
    re.IGNORECASE,
)
# What a flat notebook is that does not say which chapter it is.
WHOLE = "notebook"


def version_of(
    stem: str, modified: float, *, dated: bool = True
) -> tuple[str, tuple[int, str, float]]:
    """A file's name without its version, and the version: number, time in the name, file's time.

    Where it is not ``dated``, what looks like a time is a part of the name.

    Examples
    --------
    >>> version_of("x-10", 0.0)[0], version_of("x-10", 0.0)[1] > version_of("x-2", 0.0)[1]
    ('x', True)
    >>> version_of("x (late)", 0.0)[1] > version_of("x", 0.0)[1]
    True
    """
    late = bool(LATE.search(stem))
    stem = LATE.sub("", stem)
    attempt = 0
    if match := ATTEMPT.search(stem):
        attempt = _number(match[1] or match[2])
        stem = stem[: match.start()] + stem[match.end() :]
    # The number of a chapter is not the seconds of a time before it.
    chapter = chapter_in(stem)
    time = TIME.search(stem.replace(chapter, "?" * len(chapter))) if dated else None
    moment = "".join(part or "00" for part in time.groups()) if time else ""
    if time:
        stem = stem[: time.start()] + stem[time.end() :]
    number = 0
    if match := NUMBER.search(stem):
        number = int(next((group for group in match.groups() if group), 1))
        stem = stem[: match.start()]
    if match := FINAL.search(stem):
        number += FINAL_RANK + int(match[1] or 0)
        stem = stem[: match.start()]
    number = (attempt or number) + late * LATE_RANK
    return stem.strip(" _-.") or WHOLE, (number, moment, modified)


def _number(written: str) -> int:
    """A number in digits, or in Chinese up to 九十九."""
    if written.isdecimal():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    times = unicodedata.numeric(tens) if tens else bool(ten)
    return int(10 * times + (unicodedata.numeric(ones) if ones else 0))


def spoken_time(text: str) -> str:
    """The time of which a name speaks in words, in the digits of other times; or nothing."""
    if match := SPOKEN_TIME.search(text):
        with contextlib.suppress(ValueError):
            said = f"{match[1]} {match[2].zfill(7)}"
            return datetime.strptime(said, "%b %d, %Y %I%M %p").strftime("%Y%m%d%H%M%S")
    return ""


def chapter_in(stem: str) -> str:
    """The chapter that a file's name says it is, or nothing."""
    match = re.search(rf"\d\d[_ -](?:{_topics()})", stem)
    return match[0] if match else ""


def learner_of(stem: str) -> str:
    """The part of a notebook's name that is not the chapter's.

    Examples
    --------
    >>> learner_of("03_collaborative_filtering_mei"), learner_of("mei-03_collaborative_filtering")
    ('mei', 'mei')
    >>> learner_of("mei"), learner_of("mei_start_here")
    ('mei', 'mei_start_here')
    """
    chapter = chapter_in(stem)
    return (
        stem.replace(chapter, " ").strip(" _-.")
        if chapter and chapter != stem
        else stem or "unnamed"
    )


def _topics() -> str:
    from utils import catalogue

    return "|".join(map(re.escape, catalogue.topics()))
