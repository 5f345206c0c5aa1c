"""Questions that are answered in prose: which there are, and what a learner wrote.

A notebook asks for free text in two places, and says itself how it is scored:

- below a table with the head ``criterion | points | ...``: its section is the question, its rows
  are the rubric, as for the memo of chapter 10;
- in the section *Follow-ups*: each ``<summary>`` with a number of points is a question, and what
  it hides is the rubric, a bullet ``(1 point)`` a criterion.

An answer is what a learner wrote into cells of text of her own directly below the rubric, or into
a cell whose first line says which question it answers, as in ``Follow-up 2`` or ``Memo``. Where she
wrote into a cell that was handed out, the lines that she added count.
"""

from __future__ import annotations

import functools
import html
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from utils import catalogue
from utils.grading.notebooks import ParsedNotebook, trimmed
from utils.translation import language, translated

# Characters of one answer.
MAX_TEXT = 20_000
TABLE = re.compile(
    r"^\|\s*(?:criterion\s*\|\s*points|评分项\s*\|\s*分)\s*\|.*\n\|[-| :]+\|\n((?:\|.*\n?)+)", re.M
)
HEADING = re.compile(r"^## +(.+)$", re.M)
DETAILS = re.compile(r"<details><summary>(.+?)</summary>(.*?)</details>", re.S)
POINTS = re.compile(r"(\d+) (?:points?\b|分)")
BULLET = re.compile(r"^- (.+?)[(（](\d+) (?:points?|分)[)）]", re.M | re.S)
FOLLOW_UPS = ("follow-ups", "追问")
# The criteria of a hidden rubric, which has no names.
POINT, ANSWER = re.compile(r"point (\d+)"), "answer"
# A number as people write it, in digits or in words.
WORDS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
# One that goes on is another word: "Follow-up: one thing", 追问一下.
NUMBER = (
    rf"(\d{{1,2}}(?![\da-z])|[一二三四五六七八九十](?!(?![个道条])[一-龥])"
    rf"|(?:{'|'.join(WORDS)})(?!\s*[a-z]))"
)
FOLLOW_UP = tuple(
    re.compile(rf"\W*{pattern}", re.I)
    for pattern in (
        rf"(?:follow[-\s]?up|追问)\s*(?:question|no|number|问题|第)?\W{{0,3}}{NUMBER}",
        rf"第\s*{NUMBER}\s*[个道条]?\s*追问",
        rf"q\s?{NUMBER}\W*$",
    )
)
TAG = re.compile(r"</?\w{1,10}>")


@dataclass(frozen=True)
class Criterion:
    """A line of a rubric: at most ``points``, and when one gives them."""

    name: str
    points: int
    full_marks: str


@dataclass(frozen=True)
class Question:
    """Something to answer in prose, and its rubric."""

    topic: str
    name: str
    title: str
    prompt: str
    criteria: tuple[Criterion, ...]

    @property
    def points(self) -> int:
        """What a full answer earns."""
        return sum(each.points for each in self.criteria)

    @property
    def is_follow_up(self) -> bool:
        """Whether it stands beside others, so that an answer has to say which it is of."""
        return self.name.startswith("follow_up_")

    @property
    def short(self) -> str:
        """A heading for it, as a learner writes it; the title of a follow-up is a sentence."""
        if self.is_follow_up:
            return translated("Follow-up {n}", n=self.name.removeprefix("follow_up_"))
        return self.shown.title

    @property
    def shown(self) -> Question:
        """The question in the language of whoever reads it; only its words differ."""
        return _shown(self.topic, language()).get(self.name, self)

    @property
    def key(self) -> str:
        """Its name in the whole course, as in ``segmentation_case.memo``."""
        return f"{self.topic}.{self.name}"


@functools.cache
def questions(topic: str) -> dict[str, Question]:
    """The questions of a topic that are answered in prose, by name.

    Examples
    --------
    >>> questions("segmentation_case")["memo"].points
    20
    """
    return {q.name: q for _, q in _asked(topic)}


def is_question(key: str) -> bool:
    """Whether a question that is answered in prose has this name in the whole course.

    Examples
    --------
    >>> is_question("segmentation_case.memo"), is_question("segmentation_case.essay")
    (True, False)
    """
    topic, _, name = key.partition(".")
    return topic in catalogue.topics() and name in questions(topic)


@functools.cache
def _shown(topic: str, spoken: str) -> dict[str, Question]:
    """The questions of a topic in another language, by name, as far as they are the same."""
    folder = catalogue.chapter(topic).notebook.parent / spoken
    if spoken == "en" or not folder.exists():
        return {}
    mine, theirs = _asked(topic), _asked(topic, spoken)
    if len(mine) != len(theirs):
        return {}
    found = {}
    for (_, question), (_, other) in zip(mine, theirs, strict=True):
        criteria = tuple(map(_named_alike, question.criteria, other.criteria))
        if [each.points for each in question.criteria] == [each.points for each in other.criteria]:
            found[question.name] = replace(other, name=question.name, criteria=criteria)
    return found


def _named_alike(criterion: Criterion, other: Criterion) -> Criterion:
    """A criterion of a rubric in another language; those of a hidden one have no name there."""
    if point := POINT.fullmatch(criterion.name):
        return replace(other, name=translated("point {n}", n=point[1]))
    return replace(other, name=translated("answer")) if criterion.name == ANSWER else other


@functools.cache
def _asked(topic: str, spoken: str = "en") -> tuple[tuple[str, Question], ...]:
    """Each question with the id of the cell that asks it."""
    found: list[tuple[str, Question]] = []
    section = ""
    for cell in _handed_out(topic, spoken):
        if cell["cell_type"] != "markdown":
            continue
        # What stands before the first heading belongs to the section above.
        parts = HEADING.split("".join(cell["source"]))
        for title, text in [(section, parts[0]), *zip(parts[1::2], parts[2::2], strict=True)]:
            section = title
            found += [(str(cell.get("id", "")), q) for q in _in_section(topic, title, text)]
    return tuple(found)


@functools.cache
def _handed_out(topic: str, spoken: str = "en") -> list[dict[str, Any]]:
    path = catalogue.chapter(topic).notebook
    path = path if spoken == "en" else path.parent / spoken / path.name
    book = json.loads(path.read_text("utf-8"))
    return list(book["cells"])


def _in_section(topic: str, title: str, text: str) -> Iterator[Question]:
    if title.lower() in FOLLOW_UPS:
        for number, (summary, body) in enumerate(DETAILS.findall(text), 1):
            if points := POINTS.search(summary):
                name, asked = f"follow_up_{number}", _plain(summary)
                yield Question(topic, name, asked, "", _hidden_rubric(body, int(points[1])))
    elif table := TABLE.search(text):
        lines = table[1].splitlines()
        rows = [[cell.strip() for cell in line.strip("| ").split("|")] for line in lines]
        criteria = tuple(Criterion(row[0], int(row[1]), " ".join(row[2:])) for row in rows)
        name = "_".join(re.findall(r"[a-z]+", title.lower().removeprefix("the ")))
        around = f"{text[: table.start()].strip()}\n\n{text[table.end() :].strip()}"
        prompt = _closed_up(re.sub(r"^> ?|\*\*", "", around, flags=re.M).strip())
        yield Question(topic, name, title, prompt, criteria)


def _hidden_rubric(body: str, points: int) -> tuple[Criterion, ...]:
    """The bullets of a model answer; the whole of it where they do not add up."""
    bullets = [(_plain(text), int(n)) for text, n in BULLET.findall(body)]
    if sum(n for _, n in bullets) != points:
        return (Criterion(ANSWER, points, _plain(body)),)
    return tuple(Criterion(f"point {i}", n, text) for i, (text, n) in enumerate(bullets, 1))


def _plain(text: str) -> str:
    return _closed_up(" ".join(html.unescape(re.sub(r"</?\w+>", "", text)).split()))


def _closed_up(text: str) -> str:
    # What was bold before is followed by a space, which Chinese has not.
    return re.sub(r"(?<=[。？！]) +", "", text)


# ---- what a learner wrote -----------------------------------------------------------------------


def answers(
    books: Sequence[ParsedNotebook], topic: str, handed_out: Iterable[str]
) -> dict[str, str]:
    """What a learner wrote for each question of a topic that she answered.

    Parameters
    ----------
    handed_out : iterable of str
        The cells as they were handed out, in every language, as `trimmed` makes them.
    """
    known = frozenset(handed_out)
    found: dict[str, list[str]] = {}
    for book in books:
        for name, text in _written(book, topic, known):
            found.setdefault(name, []).append(text)
    return {name: "\n\n".join(texts)[:MAX_TEXT] for name, texts in found.items()}


def _written(book: ParsedNotebook, topic: str, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    ours = {str(cell.get("id", "")): "".join(cell["source"]) for cell in _handed_out(topic)}
    by_text = _by_text(topic)
    below = {identity: q.name for identity, q in _asked(topic) if not q.is_follow_up}
    place = ""
    for cell in book.cells:
        # In a new notebook, or one of an older Jupyter, ids are others or none.
        identity = cell.identity if cell.identity in ours else by_text.get(trimmed(cell.source), "")
        asks = identity in ours
        place = below.get(identity, "") if asks else place
        if cell.is_code or trimmed(cell.source) in known:
            continue
        lines = set(ours[identity].splitlines()) if asks else set()
        text = "\n".join(line for line in cell.source.splitlines() if line not in lines).strip()
        name = _named(text, topic) or place
        if text and name:
            yield name, text


@functools.cache
def _by_text(topic: str) -> dict[str, str]:
    """The ids of the cells of a notebook by what stands in them, in every language."""
    return {
        trimmed("".join(cell["source"])): str(cell.get("id", ""))
        for spoken in ("zh", "en")
        for cell in _handed_out(topic, spoken)
    }


def _named(text: str, topic: str) -> str:
    """The question that the first line says."""
    first = TAG.sub("", text.partition("\n")[0][:200])
    if match := next(filter(None, (pattern.match(first) for pattern in FOLLOW_UP)), None):
        said = match[1].lower()
        # Without regard to case a pattern finds letters of other alphabets in our words.
        digit = unicodedata.numeric(said, 0) if len(said) == 1 else 0
        number = int(said) if said.isdecimal() else WORDS.get(said, int(digit))
        name = f"follow_up_{number}"
        return name if name in questions(topic) else ""
    word = re.match(r"\W*(?:my |the |我的)?(\w+)\W*$", first, re.I)
    return _titles(topic).get(word[1].lower(), "") if word else ""


@functools.cache
def _titles(topic: str) -> dict[str, str]:
    """The names of the questions that are one word, by that word in every language."""
    chinese = {question.title: name for name, question in _shown(topic, "zh").items()}
    return {name: name for name in questions(topic)} | chinese
