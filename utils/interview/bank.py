"""The question bank: what an interviewer asks, and what a good answer contains.

One file a topic in ``datasets/questions/``; ``schema.json`` beside them says what a file holds.
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from utils import catalogue
from utils.catalogue import ROOT
from utils.exercises.model import LEVELS

FOLDER = ROOT / "datasets" / "questions"
# What an answer is scored on, in the order of a scorecard.
AXES = {
    "correctness": "correctness",
    "edge_cases": "edge cases",
    "evaluation": "evaluation thinking",
    "communication": "communication",
}


class NotPossible(ValueError):
    """What was asked for cannot be done; the message is one sentence for the person who asked."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Point:
    """One thing that a good answer does, seen or not seen, and the axis that it counts on."""

    axis: str
    text: str


@dataclass(frozen=True)
class Question:
    """A question, or a decision on a table.

    Attributes
    ----------
    topic : str
        The topic of the chapter that teaches the answer, as in ``collaborative_filtering``.
    exercise : str
        The exercise of that chapter that practises it.
    answers : dict of str to str
        A model answer by level: one at the question's own level, three where the question is the
        prompt of a chapter.
    table : tuple of tuple
        The rows to decide on, names of the columns first; empty for a spoken question.
    source : str
        Where the numbers of the table come from.
    """

    id: str
    topic: str
    level: str
    exercise: str
    en: str
    zh: str
    answers: dict[str, str]
    rubric: tuple[Point, ...]
    red_flags: tuple[str, ...]
    follow_ups: tuple[str, ...] = ()
    table: tuple[tuple[Any, ...], ...] = ()
    source: str = ""

    @property
    def is_main(self) -> bool:
        """Whether this is the prompt of a chapter."""
        return len(self.answers) > 1

    def answer(self, level: str) -> str:
        """The model answer at ``level``, or else at the question's own."""
        return self.answers.get(level, self.answers[self.level])

    @property
    def text(self) -> str:
        """All that can be searched, in lower case."""
        points = [point.text for point in self.rubric]
        parts = [self.id, self.en, self.zh, self.exercise, *self.answers.values(), *points]
        return " ".join([*parts, *self.red_flags, *self.follow_ups]).lower()


def questions() -> list[Question]:
    """The spoken questions, chapter by chapter."""
    return [each for each in _all() if not each.table]


def decisions() -> list[Question]:
    """The decisions on data, one or more a chapter."""
    return [each for each in _all() if each.table]


@functools.cache
def _all() -> tuple[Question, ...]:
    files = [(path, yaml.safe_load(path.read_text("utf-8"))) for path in FOLDER.glob("*.yaml")]
    order = [each.topic for each in catalogue.chapters()]
    files.sort(key=lambda pair: order.index(pair[0].stem))
    return tuple(q for path, content in files for q in _of_chapter(path, content))


def _of_chapter(path: Path, content: dict[str, Any]) -> Iterator[Question]:
    for fields in [*content["questions"], *content["decisions"]]:
        yield Question(
            id=fields["id"],
            topic=path.stem,
            level=fields["level"],
            exercise=fields["exercise"],
            en=fields["question"]["en"],
            zh=fields["question"]["zh"],
            answers={level: text.strip() for level, text in fields["answers"].items()},
            rubric=tuple(Point(*pair) for point in fields["rubric"] for pair in point.items()),
            red_flags=tuple(fields["red_flags"]),
            follow_ups=tuple(fields.get("follow_ups", ())),
            table=tuple(map(tuple, fields.get("table", ()))),
            source=fields.get("source", ""),
        )


def topics() -> list[str]:
    """The topics that have questions, in the order of the course."""
    return list(dict.fromkeys(each.topic for each in _all()))


def find(level: str | None = None, topic: str | None = None, search: str = "") -> list[Question]:
    """The questions at a level, of a topic, in which every word of ``search`` occurs.

    Raises
    ------
    NotPossible
        When there is no such level or topic.

    Examples
    --------
    >>> [each.id for each in find("senior", "risk_control", "label delay")]
    ['delayed_and_selective_labels']
    """
    known_level(level)
    known_topic(topic)
    words = search.lower().split()
    return [
        each
        for each in questions()
        if level in (None, each.level)
        and topic in (None, each.topic)
        and all(word in each.text for word in words)
    ]


def known_level(level: str | None) -> None:
    """Raise `NotPossible` unless ``level`` is one of the three, or None."""
    _known(level, LEVELS, "level")


def known_topic(topic: str | None) -> None:
    """Raise `NotPossible` unless ``topic`` is one with questions, or None."""
    _known(topic, topics(), "topic")


def _known(value: str | None, known: Sequence[str], what: str) -> None:
    if value is None or value in known:
        return
    near = difflib.get_close_matches(value, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"the {what}s are {', '.join(known)}."
    raise NotPossible(f"There is no {what} called {value}: {hint}")


def where(topic: str, name: str) -> str:
    """Where an exercise is practised, for people."""
    return f"`{name}` in {catalogue.chapter(topic).notebook.name}"


def as_text(question: Question, level: str | None = None) -> str:
    """A question with all that belongs to it, in Markdown."""
    lines = [f"### {question.en}", "", question.zh, ""]
    lines += [f"{question.level} · {where(question.topic, question.exercise)}", ""]
    for each, answer in question.answers.items():
        if level in (None, each) or not question.is_main:
            lines += [f"**A {each} answer.** {answer}", ""]
    lines += ["**Points**", "", *(f"- {p.text} ({AXES[p.axis]})" for p in question.rubric), ""]
    lines += ["**Red flags**", "", *(f"- {flag}" for flag in question.red_flags), ""]
    lines += ["**Follow-ups**", "", *(f"- {each}" for each in question.follow_ups), ""]
    return "\n".join(lines)
