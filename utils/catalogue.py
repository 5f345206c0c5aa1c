"""The chapters of the course, in order, and what belongs to each.

This is the one place that reads a chapter's number and topic from a file name: to insert a chapter,
rename files.
"""

from __future__ import annotations

import functools
import importlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from utils.refused import Refused

if TYPE_CHECKING:
    from utils.exercises.model import Exercise

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS, SOLUTIONS = ROOT / "notebooks", ROOT / "solutions"


@dataclass(frozen=True, order=True)
class Chapter:
    """A chapter: a notebook, and where it has exercises a folder of the topic's name.

    Attributes
    ----------
    number : str
        Two digits, as in ``03``.
    topic : str
        As in ``collaborative_filtering``.
    """

    number: str
    topic: str

    @property
    def stem(self) -> str:
        """The name of its files, as in ``03_collaborative_filtering``."""
        return f"{self.number}_{self.topic}"

    @property
    def notebook(self) -> Path:
        """The learner's notebook."""
        return NOTEBOOKS / f"{self.stem}.ipynb"

    @property
    def solved(self) -> Path:
        """The solved notebook, which is derived."""
        return SOLUTIONS / f"{self.stem}.ipynb"

    @property
    def folder(self) -> Path:
        """Where reference, exercises and misconceptions are, if it has any."""
        return SOLUTIONS / self.topic

    @property
    def reference(self) -> Path:
        """The file of the reference implementations."""
        return self.folder / "reference.py"

    @property
    def stored_examples(self) -> Path:
        """What an edition to hand out has in place of the exercises."""
        return self.folder / "examples.json"

    @property
    def has_exercises(self) -> bool:
        """Whether there is something to mark in it."""
        return (self.folder / "exercises.py").exists() or self.stored_examples.exists()

    @functools.cached_property
    def title(self) -> str:
        """The first heading of the notebook, without marks and number."""
        return without_number(self.heading)

    @functools.cached_property
    def heading(self) -> str:
        """The first heading of the notebook."""
        cells = json.loads(self.notebook.read_text("utf-8"))["cells"]
        found = re.search(r"^# (.+)$", "".join(cells[0]["source"]), re.M)
        return found.group(1).strip() if found else self.topic.replace("_", " ")


def without_number(heading: str) -> str:
    """A heading without the number of its chapter.

    Examples
    --------
    >>> without_number("3 · Collaborative filtering")
    'Collaborative filtering'
    """
    return re.sub(r"^\d+\s*[·.]?\s*", "", heading)


@functools.cache
def chapters() -> tuple[Chapter, ...]:
    """All chapters, in the order of the course."""
    names = sorted(path.stem for path in NOTEBOOKS.glob("[0-9][0-9]_*.ipynb"))
    return tuple(Chapter(*name.split("_", 1)) for name in names)


def chapter(topic: str) -> Chapter:
    """The chapter of a topic.

    Raises
    ------
    ValueError
        When there is no such topic; the message names the known ones.

    Examples
    --------
    >>> chapter("collaborative_filtering").stem
    '03_collaborative_filtering'
    """
    found = next((each for each in chapters() if each.topic == topic), None)
    if found is None:
        known = ", ".join(each.topic for each in chapters())
        raise ValueError(f"There is no topic {topic!r}: choose one of {known}.")
    return found


@functools.cache
def topics() -> tuple[str, ...]:
    """The topics that have exercises, in the order of the course."""
    return tuple(each.topic for each in chapters() if each.has_exercises)


def numbered(number: str) -> Chapter | None:
    """The chapter with a number, as in ``03``; None where there is none."""
    return next((each for each in chapters() if each.number == number), None)


def with_exercises(number: str) -> Chapter:
    """The chapter with a number, where it has exercises.

    Raises
    ------
    Refused
        When there is no such chapter; the message names those that there are.

    Examples
    --------
    >>> with_exercises("03").topic
    'collaborative_filtering'
    """
    found = numbered(number)
    if found is None or not found.has_exercises:
        known = ", ".join(each.number for each in chapters() if each.has_exercises)
        raise Refused(f"Chapter {number} has no exercises: choose one of {known}.")
    return found


@functools.cache
def reference_text(topic: str) -> str:
    """The source of a topic's reference."""
    return chapter(topic).reference.read_text("utf-8")


@functools.cache
def defined(topic: str) -> frozenset[str]:
    """The functions that a topic's reference defines, found in the text: nothing is imported."""
    stored = chapter(topic).stored_examples
    if stored.exists():
        return frozenset(entry["name"] for entry in json.loads(stored.read_text("utf-8")))
    return frozenset(re.findall(r"^def ([a-z]\w*)\(", reference_text(topic), re.MULTILINE))


def topic_of(name: str) -> str | None:
    """The topic whose reference defines ``name``."""
    return next((topic for topic in topics() if name in defined(topic)), None)


def headings(topic: str, said: Callable[[str], str] = str) -> dict[str, str]:
    """Under which headings of the notebook each exercise of a topic stands.

    Parameters
    ----------
    said : callable
        Says a heading in another language.

    Examples
    --------
    >>> headings("collaborative_filtering")["recommend"]
    'Build it right, 3.5 The list'
    """
    above = {2: "", 3: ""}
    found: dict[str, str] = {}
    for cell in json.loads(chapter(topic).notebook.read_text("utf-8"))["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            for marks, title in re.findall(r"^(##|###) (.+)$", text, re.MULTILINE):
                above |= {2: said(title), 3: ""} if marks == "##" else {3: said(title)}
        elif match := re.match(r"def (\w+)\(", text):
            found.setdefault(match[1], ", ".join(filter(None, above.values())).replace("`", ""))
    return found


@functools.cache
def _load(topic: str) -> tuple[Exercise, ...]:
    # Not at the top: the face of `utils.exercises` offers `load`.
    from utils.exercises import from_examples
    from utils.exercises.model import Exercise

    if chapter(topic).stored_examples.exists():
        return tuple(from_examples.load(chapter(topic).stored_examples))
    module = importlib.import_module(f"solutions.{topic}.exercises")
    return tuple(value for value in vars(module).values() if isinstance(value, Exercise))


def load(topic: str) -> dict[str, Exercise]:
    """The exercises of a topic by name, in teaching order.

    Raises
    ------
    ValueError
        When there is no such topic with exercises; the message names those that there are.

    Examples
    --------
    >>> next(iter(load("collaborative_filtering")))
    'break_recommender'
    """
    if topic not in topics():
        known = ", ".join(topics())
        raise ValueError(f"No topic {topic!r} has exercises: choose one of {known}.")
    return {exercise.name: exercise for exercise in _load(topic)}
