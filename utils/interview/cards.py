"""Cards to repeat: questions, decisions and follow-ups of the bank, and every known wrong answer.

Each card stands alone. A wrong answer is shown as code where the code is whole and does not give
the mistake away; else by what it returns, where no other mistake returns the same; else by name,
with a call whose value is asked; and by name alone where no call can be read.
Nothing is executed until a card is turned up, and what was found then is kept on disk until the
course changes.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import inspect
import json
import textwrap
import types
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from utils import catalogue, files, pages, progress
from utils.editions import source
from utils.exercises import Exercise, WriteIt, feedback
from utils.exercises.attempt import Sheet, sheet
from utils.exercises.diagnosis import explanation
from utils.exercises.marks import Case, Example
from utils.interview import bank
from utils.interview.bank import Question
from utils.translation import joined, language, name_of, of, translated

# Its exercises only show how checking works.
TOYS = "start_here"
# A call, and what it returns, of more characters than this is not read on a card.
LONGEST_CALL, LONGEST_VALUE = 160, 240
# Of so many calls, the shortest first, one should show a mistake.
CALLS_TRIED = 24


@dataclass(frozen=True)
class Flashcard:
    """A card, face down.

    Attributes
    ----------
    key : str
        Never changes, so that what is known of a card stays with it. Its first part is the kind.
    level : {"junior", "mid", "senior"}
        Of the question or the exercise.
    main : bool
        Whether it asks the main question of a chapter, which is asked at every level.
    """

    key: str
    topic: str
    level: str = "mid"
    main: bool = False

    @property
    def kind(self) -> str:
        """``question``, ``decision``, ``followup`` or ``flaw``."""
        return self.key.split("/")[0]


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

    ``code`` is empty where it is not whole or would give the mistake away; ``example`` is None
    where no call is short enough to be read.
    """

    topic: str
    task: Exercise
    name: str
    code: str
    explanation: str
    example: Example | None

    @property
    def words(self) -> str:
        """The mistake's name as a reader sees it."""
        return name_of(self.task.reference, self.name)


def cards(topic: str | None = None) -> list[Flashcard]:
    """Every card, or those of one topic: chapter by chapter, questions before wrong answers."""
    order = dict.fromkeys([*catalogue.topics(), *bank.topics()])
    return [card for each in order if topic in (None, each) for card in _of_topic(each)]


def _of_topic(topic: str) -> Iterator[Flashcard]:
    for question in bank.questions():
        if question.topic == topic:
            yield Flashcard(f"question/{question.id}", topic, question.level, question.main)
    for question in bank.decisions():
        if question.topic == topic:
            yield Flashcard(f"decision/{question.id}", topic, question.level)
    for question in bank.questions():
        if question.topic == topic:
            for n in range(len(question.follow_ups)):
                yield Flashcard(f"followup/{question.id}/{n}", topic, question.level)
    if topic in catalogue.topics() and topic != TOYS:
        for name, task in catalogue.load(topic).items():
            for wrong in task.misconceptions:
                yield Flashcard(flaw_key(topic, name, wrong.__name__), topic, task.level)


def flaw_key(topic: str, name: str, misconception: str) -> str:
    """The key of a wrong answer's card."""
    return f"flaw/{topic}/{name}/{misconception}"


def faces(card: Flashcard) -> Faces:
    """Turn a card up."""
    kind, _, rest = card.key.partition("/")
    if kind == "flaw":
        topic, name, misconception = rest.split("/")
        return Faces(*_wrong_answers(topic, name)[misconception])
    name, _, number = rest.partition("/")
    question = next(q for q in [*bank.questions(), *bank.decisions()] if q.id == name)
    return _of_follow_up(question, int(number)) if kind == "followup" else _of_question(question)


def _of_question(question: Question) -> Faces:
    points = "\n".join(f"- {point.text}" for point in question.rubric)
    return Faces(
        question.en,
        question.zh,
        as_rows(question.table) + "\n\n" + translated("Numbers: {source}", source=question.source)
        if question.table
        else "",
        "\n".join([question.answer(question.level), "", translated("Points:"), points]),
        bank.where(*question.practise),
    )


def _of_follow_up(question: Question, number: int) -> Faces:
    follow = question.follow_ups[number]
    en, zh = f"You have answered: {question.en}", f"你已回答：{question.zh}"
    # It is said in the reader's language alone.
    if language() == "en":
        en += f"\n\nFollow-up: {follow.ask}"
    else:
        zh += f"\n\n追问：{follow.ask}"
    return Faces(
        en,
        zh,
        "",
        f"{follow.answer}\n\n" + translated("Red flag: {text}", text=follow.red_flag),
        bank.where(*question.practise),
    )


def as_rows(table: tuple[tuple[Any, ...], ...]) -> str:
    """A table as text, its columns set flush right."""
    widths = [max(len(str(row[i])) for row in table) for i in range(len(table[0]))]
    rows = (zip(row, widths, strict=True) for row in table)
    return "\n".join("   ".join(f"{value!s:>{width}}" for value, width in row) for row in rows)


# ---- the wrong answers to one exercise ------------------------------------------------------


def _wrong_answers(topic: str, name: str) -> dict[str, list[str]]:
    """The faces of each wrong answer to an exercise, kept on disk until the course changes."""
    kept = _kept(topic, language())
    if name not in kept:
        kept[name] = dict(_make(topic, name))
        _keep(topic)
    return kept[name]


def _make(topic: str, name: str) -> Iterator[tuple[str, list[str]]]:
    task = catalogue.load(topic)[name]
    for wrong in task.misconceptions:
        yield wrong.__name__, list(asdict(_faces_of_flaw(topic, task, wrong)).values())


def _faces_of_flaw(topic: str, task: Exercise, wrong: Callable[..., Any]) -> Faces:
    name, words = task.name, name_of(wrong, wrong.__name__)
    whole = stands_alone(wrong)
    case = _case(task, wrong, alone=not whole)
    example = _example(task, wrong, case) if case else None
    code = f"{contract(topic, name)}\n\n"
    answer = joined(words.capitalize() + translated("."), _sentences(wrong))
    if example:
        expected, got = translated("expected"), translated("got")
        answer += f"\n\n{example.call}\n{expected} {example.expected}\n{got:<8} {example.got}"
    if whole:
        en = f"This answer to `{name}` is wrong. What goes wrong"
        en += ", and on which small example?" if example else "?"
        zh = f"`{name}` 的这个答案有错。错在哪里？" + "举一个能说明问题的小例子。" * bool(example)
        code += code_of(wrong, name)
    elif example and case and not _shared(task, wrong, case):
        en = f"An answer to `{name}` returns this, and it is wrong. Which mistake does that?"
        zh = f"`{name}` 的一个答案返回了下面的结果，它是错的。是什么错误造成的？"
        code += f"{example.call}\n{example.got}"
    elif example:
        en = f'An answer to `{name}` makes this mistake: "{words}". '
        en += "What does it return here, and why?"
        zh = f"`{name}` 的一个答案犯了这个错误：{words}。它在这里会返回什么？为什么？"
        code += f"{example.call}\nA right answer returns\n{example.expected}"
        answer = f"{example.got}\n\n{_sentences(wrong)}"
    else:
        en = f'A known way to get `{name}` wrong: "{words}". What happens then, and why?'
        zh = f"`{name}` 的一种常见错误：{words}。会造成什么后果？为什么？"
        code = code.rstrip()
        answer = answer.removeprefix(words.capitalize() + translated(".")).strip()
    return Faces(en, zh, code, answer, bank.where(topic, name))


@functools.cache
def _kept(topic: str, spoken: str) -> dict[str, dict[str, list[str]]]:
    """What is known of a topic's wrong answers, as of the course as it is now."""
    try:
        stored = json.loads(_file(topic).read_text("utf-8"))
        return dict(stored["exercises"]) if stored["course"] == _digest(topic) else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _keep(topic: str) -> None:
    content = {"course": _digest(topic), "exercises": _kept(topic, language())}
    with contextlib.suppress(OSError):  # It is found again next time.
        files.replace(_file(topic), json.dumps(content, ensure_ascii=False))


def _file(topic: str) -> Path:
    return progress.WORK / ".cards" / language() / f"{topic}.json"


@functools.cache
def _digest(topic: str) -> str:
    """A number that changes with whatever a wrong answer's card is made from."""
    sources = [
        *catalogue.chapter(topic).folder.glob("*.py"),
        *catalogue.SOLUTIONS.glob("*/reference.py"),
        *(catalogue.ROOT / "utils" / "exercises").glob("*.py"),
        Path(__file__),
        *(catalogue.ROOT / "locale").glob(f"*/LC_MESSAGES/{topic}.po"),
    ]
    return files.digest(sources, catalogue.ROOT)


# ---- a call that shows a mistake ------------------------------------------------------------


@functools.cache
def _calls(asked: Sheet) -> list[tuple[Case, str]]:
    """The calls of an exercise that can be read on a card, the shortest first."""
    if not asked.exercise.one_by_one:
        return []
    shown = [(case, _call(asked.exercise, case)) for case in asked.cases]
    readable = [pair for pair in shown if _readable(pair[1], LONGEST_CALL)]
    return sorted(readable, key=lambda pair: len(pair[1]))


def _readable(text: str, longest: int) -> bool:
    return len(text) <= longest and "…" not in text and "..." not in text


def _case(task: Exercise, wrong: Callable[..., Any], alone: bool = False) -> Case | None:
    """The shortest call on which a wrong answer goes wrong and is seen to.

    ``alone`` prefers one on which no other mistake returns the same.
    """
    # Only of a function one asks what it returns; and some other sheets take seconds to prepare.
    if not isinstance(task, WriteIt):
        return None
    asked, first = sheet(task, 0), None
    for case, _ in _calls(asked)[:CALLS_TRIED]:
        if asked.expected(case).failure or not asked.mistake(wrong, case):
            continue
        found = _example(task, wrong, case)
        readable = all(_readable(text, LONGEST_VALUE) for text in (found.expected, found.got))
        if readable and found.expected != found.got:
            if not alone or not _shared(task, wrong, case):
                return case
            first = first or case
    return first


def _example(task: Exercise, wrong: Callable[..., Any], case: Case) -> Example:
    right, got = _told(task, task.reference, case), _told(task, wrong, case)
    return Example(_call(task, case), right, got, False)


# A call, and what came back, are put into words once: each is compared with many others.
@functools.cache
def _call(task: Exercise, case: Case) -> str:
    return task.written(case.args)


@functools.cache
def _told(task: Exercise, implementation: Callable[..., Any], case: Case) -> str:
    """What came back; of an error, without the line of our own that raised it."""
    done = sheet(task, 0).run(implementation, case)
    if done.failure:
        return feedback.explain(replace(done.failure, line=""))
    return task.said(done.value)


def _shared(task: Exercise, wrong: Callable[..., Any], case: Case) -> bool:
    """Whether another mistake returns the same, so that the result does not say which it is."""
    others = (each for each in task.misconceptions if each is not wrong)
    return any(_told(task, each, case) == _told(task, wrong, case) for each in others)


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
    case = _case(task, wrong)
    example = _example(task, wrong, case) if case else None
    code = code_of(wrong, name) if stands_alone(wrong) else ""
    return Flaw(topic, task, misconception, code, _sentences(wrong), example)


def _sentences(wrong: Callable[..., Any]) -> str:
    return pages.plain(" ".join(explanation(wrong).split()))


def stands_alone(wrong: Callable[..., Any]) -> bool:
    """Whether the code is whole, and calls nothing of ours, which would name the mistake."""
    function = _definition(wrong)
    nodes = list(ast.walk(function))
    names = {n.id for n in nodes if isinstance(n, ast.Name)}
    local = {n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    local |= {n.arg for n in nodes if isinstance(n, ast.arg)}
    local |= {n.name for n in nodes if isinstance(n, ast.FunctionDef)}
    private = {n.attr for n in nodes if isinstance(n, ast.Attribute) and n.attr[0] == "_"}
    known = vars(inspect.getmodule(wrong))
    outside = names - local - set(dir(builtins))
    return not private and all(_is_library(known.get(name)) for name in outside)


def _is_library(found: object) -> bool:
    ours = ("solutions", "utils")
    return isinstance(found, types.ModuleType) and found.__name__.split(".")[0] not in ours


def contract(topic: str, name: str) -> str:
    """What a function takes and promises: its signature, and its summary in a line."""
    head, summary = _contract(topic, name)
    said = of(topic, f"statement of {name}", summary)
    return f"{head}\n{said.replace('``', '`')}"


@functools.cache
def _contract(topic: str, name: str) -> tuple[str, str]:
    function = next(
        node
        for node in ast.parse(catalogue.reference_text(topic)).body
        if isinstance(node, ast.FunctionDef) and node.name == name
    )
    summary = " ".join((ast.get_docstring(function) or "").split("\n\n")[0].split())
    returns = f" -> {ast.unparse(function.returns)}" if function.returns else ""
    return f"{name}({ast.unparse(function.args)}){returns}", summary


def answer_of(topic: str, name: str) -> str:
    """The reference of an exercise without its statement, and the private functions it calls."""
    reference = source.reference_of(catalogue.chapter(topic))
    assert reference
    code = reference.solution(name, set())
    node = next(n for n in ast.parse(code).body if getattr(n, "name", "") == name)
    assert isinstance(node, ast.FunctionDef)
    docstring, lines = node.body[0], code.splitlines()
    return "\n".join([*lines[: docstring.lineno - 1], *lines[docstring.end_lineno :]])


def code_of(function: Callable[..., Any], name: str) -> str:
    """The source of a function under the name ``name``, without its docstring."""
    definition = _definition(function)
    definition.name = name
    if ast.get_docstring(definition) is not None:
        definition.body = definition.body[1:]
    lines = _source(function).splitlines()
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
    node = ast.parse(_source(function)).body[0]
    assert isinstance(node, ast.FunctionDef)
    return node


@functools.cache
def _source(function: Callable[..., Any]) -> str:
    return textwrap.dedent(inspect.getsource(function))
