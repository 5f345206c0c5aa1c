"""The question bank: what an interviewer asks, and what a good answer contains.

One file a topic in ``datasets/questions/``; ``schema.json`` beside them says what a file holds, and
``synonyms.json`` which words are looked for together. Two files belong to no chapter: what every
interview asks, and how to tell a project.
"""

from __future__ import annotations

import difflib
import functools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import yaml

from utils import catalogue
from utils.catalogue import ROOT
from utils.exercises.model import LEVELS
from utils.refused import OneSentence, Refused
from utils.translation import both, language, message, of, translated
from utils.translation import title as chapter_title

FOLDER = ROOT / "datasets" / "questions"
# The sections that belong to no chapter, after the chapters.
SECTIONS = {
    "foundations": message("Foundations"),
    "project_and_behaviour": message("Your project, and how you work"),
}
# What the course does not drill, and where it is drilled.
NOT_OURS = message(
    "Data-structure drills are asked everywhere and are not part of this course: practise them on "
    "LeetCode (力扣), half an hour a day: arrays, hash tables, two pointers, heaps, trees, graphs."
)
# The loader in C is ten times as fast, and not everywhere.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What an answer is scored on, in the order of a scorecard.
AXES = {
    "correctness": message("correctness"),
    "edge_cases": message("edge cases"),
    "evaluation": message("evaluation thinking"),
    "communication": message("communication"),
}


class NotPossible(OneSentence, Refused, ValueError):
    """What was asked for cannot be done; the message is one sentence for the person who asked."""


@dataclass(frozen=True)
class Point:
    """One thing that a good answer does, seen or not seen, and the axis that it counts on."""

    axis: str
    text: str


@dataclass(frozen=True)
class FollowUp:
    """What is asked next, its short answer, and what an interviewer hopes not to hear."""

    ask: str
    answer: str
    red_flag: str


@dataclass(frozen=True)
class Question:
    """A question, or a decision on a table.

    Attributes
    ----------
    topic : str
        The topic of the chapter that teaches the answer, as in ``collaborative_filtering``, or a
        section that belongs to no chapter.
    practise : tuple of str
        Topic and name of the exercise that practises it; empty where none does.
    answers : dict of str to str
        A model answer by level: one at the question's own level, or all three.
    main : bool
        Whether this is the prompt of its chapter, which is asked at every level.
    table : tuple of tuple
        The rows to decide on, names of the columns first; empty for a spoken question.
    source : str
        Where the numbers of the table come from.
    """

    id: str
    topic: str
    level: str
    practise: tuple[str, ...]
    en: str
    zh: str
    answers: dict[str, str]
    rubric: tuple[Point, ...]
    red_flags: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...] = ()
    table: tuple[tuple[Any, ...], ...] = ()
    source: str = ""
    main: bool = False

    @property
    def exercise(self) -> str:
        """The name of the exercise that practises it, or nothing."""
        return self.practise[1] if self.practise else ""

    def answer(self, level: str) -> str:
        """The model answer at ``level``, or else at the question's own."""
        return self.answers.get(level, self.answers[self.level])

    @property
    def text(self) -> str:
        """All that can be searched, in lower case."""
        points = [point.text for point in self.rubric]
        asked = [text for each in self.follow_ups for text in (each.ask, each.answer)]
        parts = [self.id, self.en, self.zh, self.exercise, *self.answers.values(), *points]
        return " ".join([*parts, *self.red_flags, *asked]).lower()


def questions() -> list[Question]:
    """The spoken questions, chapter by chapter."""
    return [each for each in _all(language()) if not each.table]


def decisions() -> list[Question]:
    """The decisions on data, one or more a chapter."""
    return [each for each in _all(language()) if each.table]


def read(path: Path) -> Any:
    """What a file of the bank holds."""
    return yaml.load(path.read_text("utf-8"), _LOADER)


@functools.cache
def _all(spoken: str) -> tuple[Question, ...]:
    """All that is in the bank, in the language that is spoken."""
    files = [(path, read(path)) for path in FOLDER.glob("*.yaml")]
    order = [*(each.topic for each in catalogue.chapters()), *SECTIONS]
    files.sort(key=lambda pair: order.index(pair[0].stem))
    return tuple(q for path, content in files for q in _of_chapter(path, content))


def _of_chapter(path: Path, content: dict[str, Any]) -> Iterator[Question]:
    for fields in [*content["questions"], *content["decisions"]]:
        name = fields["id"]

        def said(where: str, text: str, name: str = name) -> str:
            """A text in the language that is spoken; a catalogue holds it on one line."""
            new = of(f"questions_{path.stem}", f"{where} {name}", " ".join(text.split()))
            return text.strip() if language() == "en" else new

        yield Question(
            id=fields["id"],
            topic=path.stem,
            level=fields["level"],
            practise=_practise(path.stem, fields.get("exercise", "")),
            en=fields["question"]["en"],
            zh=fields["question"]["zh"],
            answers={
                level: said(f"{level} answer to", text) for level, text in fields["answers"].items()
            },
            rubric=tuple(
                Point(axis, said("rubric of", text))
                for point in fields["rubric"]
                for axis, text in point.items()
            ),
            red_flags=tuple(said("red flag of", text) for text in fields["red_flags"]),
            follow_ups=tuple(
                FollowUp(
                    *(said("follow-up of", each[part]) for part in ("ask", "answer", "red_flag"))
                )
                for each in fields.get("follow_ups", ())
            ),
            table=tuple(
                tuple(said("table of", cell) if isinstance(cell, str) else cell for cell in row)
                for row in fields.get("table", ())
            ),
            source=said("source of", fields.get("source", "")),
            main=fields.get("main", False),
        )


def _practise(topic: str, exercise: str) -> tuple[str, ...]:
    """Topic and name; the name of another chapter's exercise has its topic before it."""
    return tuple(exercise.split("/")) if "/" in exercise else (topic, exercise) if exercise else ()


def topics() -> list[str]:
    """The topics that have questions, in the order of the course."""
    return list(dict.fromkeys(each.topic for each in _all(language())))


def find(level: str | None = None, topic: str | None = None, search: str = "") -> list[Question]:
    """The questions at a level, of a topic, in which every word of ``search`` occurs.

    A word is found where a word begins with it, and where one of its synonyms stands.

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
        and all(_occurs(word, each.text) for word in words)
    ]


@functools.cache
def _synonyms() -> tuple[frozenset[str], ...]:
    groups = json.loads((FOLDER / "synonyms.json").read_text("utf-8"))
    return tuple(frozenset(word.lower() for word in group) for group in groups)


@functools.cache
def _pattern(word: str) -> re.Pattern[str]:
    words = {word}.union(*(group for group in _synonyms() if word in group))
    # "roi" is not looked for inside "heroic"; Chinese has no spaces between words.
    starts = (
        re.escape(w) if w[0] > "z" else rf"(?<![a-z0-9]){re.escape(w)}" for w in sorted(words)
    )
    return re.compile("|".join(starts))


def _occurs(word: str, text: str) -> bool:
    return _pattern(word).search(text) is not None


Name = TypeVar("Name", str, str | None)


def as_level(name: Name) -> Name:
    """A level by its name in the language that is spoken; any other name as it is."""
    return next((level for level in LEVELS if translated(level) == name), name)


def known_level(level: str | None) -> None:
    """Raise `NotPossible` unless ``level`` is one of the three, or None."""
    _known(level, LEVELS, translated("level"))


def known_topic(topic: str | None) -> None:
    """Raise `NotPossible` unless ``topic`` is one with questions, or None."""
    _known(topic, topics(), translated("topic"))


def _known(value: str | None, known: Sequence[str], what: str) -> None:
    if value is None or value in known:
        return
    near = difflib.get_close_matches(value, known, n=1, cutoff=0.4)
    if near:
        said = message("There is no {what} called {value}: did you mean {names}?")
    else:
        said = message("There is no {what} called {value}: the {what}s are {names}.")
    names = near[0] if near else ", ".join(known)
    raise NotPossible(translated(said, what=what, value=value, names=names))


def title(topic: str) -> str:
    """A chapter or a section in words."""
    if topic in SECTIONS:
        return translated(SECTIONS[topic])
    # A chapter's title in Chinese says more than the name of its files.
    return (
        topic.replace("_", " ") if language() == "en" else chapter_title(catalogue.chapter(topic))
    )


def where(*practise: str) -> str:
    """Where something is practised, for people."""
    if not practise:
        return translated("aloud, with a clock, to a person")
    topic, name = practise
    return translated(
        "`{name}` in {notebook}", name=name, notebook=catalogue.chapter(topic).notebook.name
    )


def as_table(question: Question) -> str:
    """The table of a decision in Markdown, with where its numbers come from."""
    head, *rows = ([str(value) for value in row] for row in question.table)
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([*lines, "", translated("Numbers: {source}", source=question.source)])


def as_text(question: Question, level: str | None = None) -> str:
    """A question with all that belongs to it, in Markdown."""
    first, second = both(question.en, question.zh)
    lines = [f"### {first}", "", second, ""]
    lines += [f"{translated(question.level)} · {where(*question.practise)}", ""]
    for each, answer in question.answers.items():
        if level in (None, each) or len(question.answers) == 1:
            lines += [
                translated("**A {level} answer.** {answer}", level=translated(each), answer=answer),
                "",
            ]
    lines += [
        translated("**Points**"),
        "",
        *(f"- {p.text} ({translated(AXES[p.axis])})" for p in question.rubric),
        "",
    ]
    lines += [translated("**Red flags**"), "", *(f"- {flag}" for flag in question.red_flags), ""]
    lines += [translated("**Follow-ups**"), ""] if question.follow_ups else []
    for follow in question.follow_ups:
        flag = translated("Red flag: {text}", text=follow.red_flag)
        lines += [f"- {follow.ask} *{follow.answer}* ({flag})"]
    return "\n".join([*lines, ""])
