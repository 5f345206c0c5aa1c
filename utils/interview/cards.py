"""Cards to repeat: one for each question of the bank, one for each known wrong answer.

A wrong answer is shown as code where the code does not give the mistake away, and otherwise by what
it returns. Nothing is executed until a card is turned up.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from utils import catalogue
from utils.exercises import Exercise
from utils.exercises.feedback import smallest_failure
from utils.exercises.marks import Example
from utils.interview import bank
from utils.interview.bank import Question


@dataclass(frozen=True)
class Flashcard:
    """A card, face down. ``key`` never changes, so that what is known of a card stays with it."""

    key: str
    topic: str


@dataclass(frozen=True)
class Faces:
    """Both sides of a card: the question in two languages with its code, and the answer."""

    en: str
    zh: str
    code: str
    answer: str
    practise: str


@dataclass(frozen=True)
class Flaw:
    """A known wrong answer to an exercise, as a reviewer meets it.

    ``code`` is empty where it would give the mistake away; ``example`` is None where no call is
    short enough to be read.
    """

    topic: str
    task: Exercise
    name: str
    code: str
    explanation: str
    example: Example | None


def cards(topic: str | None = None) -> list[Flashcard]:
    """Every card, or those of one topic: chapter by chapter, questions before wrong answers."""
    order = dict.fromkeys([*catalogue.topics(), *bank.topics()])
    return [card for each in order if topic in (None, each) for card in _of_topic(each)]


def _of_topic(topic: str) -> Iterator[Flashcard]:
    for question in bank.questions():
        if question.topic == topic:
            yield Flashcard(f"question/{question.id}", topic)
    if topic in catalogue.topics():
        for name, task in catalogue.load(topic).items():
            for wrong in task.misconceptions:
                yield Flashcard(flaw_key(topic, name, wrong.__name__), topic)


def flaw_key(topic: str, name: str, misconception: str) -> str:
    """The key of a wrong answer's card."""
    return f"flaw/{topic}/{name}/{misconception}"


def faces(card: Flashcard) -> Faces:
    """Turn a card up."""
    kind, _, rest = card.key.partition("/")
    if kind == "question":
        return _of_question(next(each for each in bank.questions() if each.id == rest))
    return _of_flaw(flaw(*rest.split("/")))


def _of_question(question: Question) -> Faces:
    points = "\n".join(f"- {point.text}" for point in question.rubric)
    return Faces(
        question.en,
        question.zh,
        "",
        f"{question.answer(question.level)}\n\nPoints:\n{points}",
        bank.where(question.topic, question.exercise),
    )


def _of_flaw(found: Flaw) -> Faces:
    name, example = found.task.name, found.example
    answer = f"{found.name.replace('_', ' ').capitalize()}. {found.explanation}"
    if example:
        answer += f"\n\n{example.call}\nexpected {example.expected}\ngot      {example.got}"
    if found.code:
        en = f"This answer to `{name}` is wrong. What goes wrong, and on which smallest example?"
        zh = f"`{name}` 的这个答案有错。错在哪里？能说明问题的最小例子是什么？"
        code = found.code
        if "reference." in code:
            en += " What it calls as `reference` is right."
            zh += " 其中 `reference` 里的函数是对的。"
    else:
        assert example is not None
        en = f"An answer to `{name}` returns this, and it is wrong. Which mistake does that?"
        zh = f"`{name}` 的一个答案返回了下面的结果，它是错的。是什么错误造成的？"
        code = f"{example.call}\n{example.got}"
    return Faces(en, zh, code, answer, bank.where(found.topic, name))


# ---- a wrong answer -------------------------------------------------------------------------


def flaw(topic: str, name: str, misconception: str) -> Flaw:
    """A known wrong answer, with the shortest call that shows it.

    Raises
    ------
    NotPossible
        When there is no such exercise or no such wrong answer to it.
    """
    task = catalogue.load(topic).get(name) if topic in catalogue.topics() else None
    found = {wrong.__name__: wrong for wrong in task.misconceptions} if task else {}
    if task is None or misconception not in found:
        raise bank.NotPossible(
            f"{topic} has no wrong answer {misconception} to {name}: draw another interview."
        )
    wrong = found[misconception]
    example = smallest_failure(task, wrong)
    code = "" if example and gives_itself_away(wrong) else code_of(wrong, name)
    return Flaw(topic, task, misconception, code, _sentences(wrong), example)


def _sentences(wrong: Callable[..., Any]) -> str:
    return " ".join((inspect.getdoc(wrong) or "").split())


def gives_itself_away(wrong: Callable[..., Any]) -> bool:
    """Whether the code rests on something private to our rooms: it would name the mistake."""
    function = _definition(wrong)
    names = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
    private = {
        n.attr for n in ast.walk(function) if isinstance(n, ast.Attribute) and n.attr[0] == "_"
    }
    ours = {
        name
        for name in names & vars(inspect.getmodule(wrong)).keys()
        if not inspect.ismodule(getattr(inspect.getmodule(wrong), name))
    }
    return bool(ours or private)


def code_of(function: Callable[..., Any], name: str) -> str:
    """The source of a function under the name ``name``, without its docstring."""
    definition = _definition(function)
    definition.name = name
    if ast.get_docstring(definition) is not None:
        definition.body = definition.body[1:]
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    if not definition.body:
        return f"{_head(lines, name)}\n    return None"
    first = definition.body[0].lineno - 1
    # A comment above the first line belongs to it.
    while lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return "\n".join([_head(lines, name), *lines[first:]])


def _head(lines: list[str], name: str) -> str:
    start = next(i for i, line in enumerate(lines) if line.startswith("def "))
    end = next(i for i in range(start, len(lines)) if lines[i].rstrip().endswith(":"))
    head = "\n".join(lines[start : end + 1])
    return f"def {name}({head.split('(', 1)[1]}"


def _definition(function: Callable[..., Any]) -> ast.FunctionDef:
    node = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node
