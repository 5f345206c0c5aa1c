"""What a learner calls: ``check(f)`` marks an answer and shows a card."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from utils import exercise, progress, visible
from utils.exercise import Mark, Verdict


class NotWritten(NotImplementedError):
    """An exercise is still a stub. A notebook stops there, with one sentence."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


class NotAnExercise(ValueError):
    """`check` was handed something that is no exercise."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


@dataclass(frozen=True)
class Card:
    """What a check found; a notebook shows it as HTML, a terminal as text."""

    mark: Mark
    chapter: progress.Chapter

    def __repr__(self) -> str:
        return _text(self)

    def _repr_html_(self) -> str:
        return _html(self)


def check(answer: Callable[..., Any]) -> Card | visible.VisibleCard:
    """Mark an answer and say what is right, what is wrong, and which mistake it is.

    Parameters
    ----------
    answer : callable
        The function you wrote, under the name that the exercise gave it.

    Returns
    -------
    Card

    Raises
    ------
    NotWritten
        When the function is still a stub.
    NotAnExercise
        When no exercise bears its name.
    """
    name = getattr(answer, "__name__", None)
    if isinstance(name, str) and (open_task := visible.find(name)):
        card = visible.check(answer, open_task)
        if card is None:
            raise NotWritten(_not_written(name))
        return card
    topic = exercise.topic_of(name) if isinstance(name, str) and name.isidentifier() else None
    if name is None or topic is None:
        raise NotAnExercise(_no_such_exercise(answer, name))
    task = exercise.load(topic)[name]
    mark = task.mark(answer)
    if not mark.started:
        raise NotWritten(_not_written(name))
    progress.record(topic, mark)
    return Card(mark, progress.chapter(topic, progress.events()))


def _not_written(name: str) -> str:
    return (
        f"{name} is not written yet: put your code in place of its raise line, "
        "run that cell, then run this one again."
    )


def _no_such_exercise(answer: object, name: str | None) -> str:
    known = [each for topic in exercise.topics() for each in exercise.load(topic)]
    if name is None:
        return (
            f"check takes the function itself, as in check({known[0]}); "
            f"this is of type {type(answer).__name__}."
        )
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else "keep the name that the stub gave it."
    return f"No exercise is called {name}: {hint}"


# ---- the card -------------------------------------------------------------------------------

# White on these has a contrast of at least 4.5:1, whatever the page behind them looks like.
_GREEN, _RED, _GREY = "#1a7f37", "#b3261e", "#57606a"


def _score(mark: Mark) -> str:
    return f"{mark.points:g} of {mark.max_points:g} points"


def _so_far(chapter: progress.Chapter) -> str:
    return (
        f"{chapter.title}: {chapter.passed} of {chapter.exercises} exercises passed, "
        f"{chapter.points:g} of {chapter.max_points:g} points"
    )


def _text(card: Card) -> str:
    mark = card.mark
    lines = [f"{'PASSED' if mark.passed else 'NOT YET'}  {mark.exercise}  {_score(mark)}"]
    if mark.misconception:
        lines.append(f"  Looks like: {_words(mark.misconception)}")
    lines += [f"  {line}" for line in mark.message.splitlines()]
    lines += [f"  {_sign(v)} {v.name}: {v.reason}" for v in mark.verdicts]
    for example in mark.examples:
        if not example.passed:
            lines.append(f"  {example.call}")
            lines += _block("expected", example.expected) + _block("got", example.got)
    if mark.printed:
        lines += _block("printed", mark.printed)
    lines.append(f"  {_so_far(card.chapter)}")
    return "\n".join(lines)


def _sign(verdict: Verdict) -> str:
    if verdict.held:
        return "+"
    return "~" if verdict.share else "-"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _block(label: str, text: str) -> list[str]:
    first, *rest = text.splitlines() or [""]
    return [f"    {label:<8} {first}"] + [f"    {'':<8} {line}" for line in rest]


def _html(card: Card) -> str:
    mark = card.mark
    parts = [
        _pill("passed" if mark.passed else "not yet", _GREEN if mark.passed else _RED),
        f"<b style='margin-left:.6em'>{escape(mark.exercise)}</b>",
        f"<span style='float:right'>{_score(mark)}</span>",
    ]
    if mark.misconception:
        parts.append(_paragraph(f"Looks like: <b>{escape(_words(mark.misconception))}</b>"))
    parts.append(_paragraph(escape(mark.message).replace("\n\n", "<br><br>")))
    parts += [_failed_example(example) for example in mark.examples if not example.passed]
    parts.append(_properties(mark))
    if mark.printed:
        parts.append(_details("What your code printed", _pre(mark.printed)))
    parts.append(_bar(card.chapter))
    return (
        "<div role='status' style='border:1px solid rgba(128,128,128,.5);border-left:6px solid "
        f"{_GREEN if mark.passed else _RED};border-radius:6px;padding:.7em 1em;max-width:52em;"
        f"line-height:1.5;color:inherit'>{''.join(parts)}</div>"
    )


def _pill(text: str, colour: str) -> str:
    return (
        f"<span style='background:{colour};color:#ffffff;border-radius:1em;padding:.1em .7em;"
        f"font-weight:600'>{text}</span>"
    )


def _paragraph(html: str) -> str:
    return f"<div style='margin:.5em 0'>{html}</div>"


def _pre(text: str) -> str:
    return (
        "<pre style='margin:.2em 0;white-space:pre-wrap;color:inherit;background:transparent;"
        f"border:0;padding:0'>{escape(text)}</pre>"
    )


def _details(summary: str, body: str, is_open: bool = False) -> str:
    state = " open" if is_open else ""
    return f"<details{state}><summary style='cursor:pointer'>{summary}</summary>{body}</details>"


def _failed_example(example: exercise.Example) -> str:
    cell = "style='text-align:left;vertical-align:top;padding:.1em .8em .1em 0;color:inherit'"
    rows = "".join(
        f"<tr style='background:transparent'><th scope='row' {cell}>{label}</th>"
        f"<td {cell}>{_pre(text)}</td></tr>"
        for label, text in (
            ("call", example.call),
            ("expected", example.expected),
            ("got", example.got),
        )
    )
    return f"<table style='border-collapse:collapse;margin:.5em 0;color:inherit'>{rows}</table>"


def _properties(mark: Mark) -> str:
    items = "".join(
        "<div style='margin:.25em 0'>"
        f"{_pill(*_state(v))} <code style='color:inherit;background:transparent'>"
        f"{escape(v.name)}</code> {escape(v.reason)}</div>"
        for v in sorted(mark.verdicts, key=lambda v: v.held)
    )
    held = sum(v.held for v in mark.verdicts)
    return _details(f"{held} of {len(mark.verdicts)} properties hold", items, not mark.passed)


def _state(verdict: Verdict) -> tuple[str, str]:
    if verdict.held:
        return "holds", _GREEN
    return ("partly", _GREY) if verdict.share else ("fails", _RED)


def _bar(chapter: progress.Chapter) -> str:
    percent = 100 * chapter.points / chapter.max_points if chapter.max_points else 0
    return (
        f"<div style='margin-top:.6em'>{escape(_so_far(chapter))}</div>"
        "<div role='img' aria-hidden='true' style='background:rgba(128,128,128,.3);height:.5em;"
        f"border-radius:.25em'><div style='background:{_GREEN};height:.5em;border-radius:.25em;"
        f"width:{percent:.0f}%'></div></div>"
    )
