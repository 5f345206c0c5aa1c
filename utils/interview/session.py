"""What is asked in a mock interview.

`draw` makes a `Plan` from a seed; `content` says what stands behind each of its parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils import catalogue
from utils.editions.source import Reference
from utils.exercises import Exercise, WriteIt
from utils.exercises.model import LEVELS
from utils.interview import bank, cards
from utils.interview.bank import NotPossible, Point, Question

# How an interview of 45 minutes is shared out.
MINUTES = {"code": 12, "flaw": 8, "decision": 15, "spoken": 10}
N_SPOKEN = 3
TITLES = {
    "code": "Write code",
    "flaw": "Review an answer",
    "decision": "Decide on data",
    "spoken": "Answer aloud",
}
# A coding exercise that takes longer at the candidate's level is no interview question.
LONGEST_EXERCISE = 15


# ---- what is asked --------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One part of an interview: its kind, what is asked, and for how long."""

    kind: str
    key: str
    minutes: float

    @property
    def title(self) -> str:
        """The kind in words."""
        return TITLES[self.kind]


@dataclass(frozen=True)
class Plan:
    """An interview: what was asked for, and the parts that were drawn."""

    level: str
    topic: str | None
    minutes: int
    seed: int
    parts: tuple[Part, ...]

    @property
    def title(self) -> str:
        """A heading that says which interview it is."""
        topic = self.topic.replace("_", " ") if self.topic else "all topics"
        return f"Mock interview: {self.level}, {topic}, {self.minutes} minutes, seed {self.seed}"


def draw(level: str = "mid", topic: str | None = None, minutes: int = 45, seed: int = 0) -> Plan:
    """Draw an interview. The same arguments draw the same one while the course stays the same.

    Parameters
    ----------
    level : {"junior", "mid", "senior"}
        Where a topic has too little at this level, the nearest level stands in.
    topic : str, optional
        Only this topic; a topic whose exercises do not exist yet borrows code from the others.
    minutes : int
        From 5 to 600, shared out among the parts.
    seed : int
        At least 0.

    Raises
    ------
    NotPossible
        When one of the arguments is none of these; the message is one sentence.
    """
    bank.known_level(level)
    bank.known_topic(topic)
    if not 5 <= minutes <= 600:
        raise NotPossible(f"An interview of {minutes} minutes? Give a number from 5 to 600.")
    if seed < 0:
        raise NotPossible(f"The seed is {seed}: give a whole number that is not negative.")
    rng = np.random.default_rng(seed)
    tasks = _tasks(topic) or _tasks(None)
    code = _nearest(rng, tasks, level, 1)[0]
    flawed = [pair for pair in tasks if pair != code] or tasks
    # Whoever has written a function is not asked how she would write it, if there is more to ask.
    spoken = _of(bank.questions(), topic)
    others = [each for each in spoken if each.exercise != code.task.name]
    spoken = others if len(others) >= N_SPOKEN else spoken
    keys = [
        ("code", "/".join(_key(code))),
        ("flaw", _draw_flaw(rng, flawed, level)),
        ("decision", _nearest(rng, _of(bank.decisions(), topic), level, 1)[0].id),
        *(("spoken", q.id) for q in _nearest(rng, spoken, level, N_SPOKEN)),
    ]
    n_spoken = sum(kind == "spoken" for kind, _ in keys)
    total = sum(MINUTES.values())
    parts = (
        Part(kind, key, MINUTES[kind] * minutes / total / (n_spoken if kind == "spoken" else 1))
        for kind, key in keys
    )
    return Plan(level, topic, minutes, seed, tuple(parts))


@dataclass(frozen=True)
class _Task:
    topic: str
    task: Exercise

    @property
    def level(self) -> str:
        return self.task.level


def _key(task: _Task) -> tuple[str, str]:
    return task.topic, task.task.name


def _tasks(topic: str | None) -> list[_Task]:
    """The exercises that ask for a plain function, and fit into an interview."""
    asked = set(bank.topics())
    return [
        _Task(each, task)
        for each in catalogue.topics()
        if each in asked and topic in (None, each)
        for task in catalogue.load(each).values()
        if isinstance(task, WriteIt) and task.minutes <= LONGEST_EXERCISE
    ]


def _of(questions: Sequence[Question], topic: str | None) -> list[Question]:
    return [each for each in questions if topic in (None, each.topic)]


def _nearest(rng: np.random.Generator, choices: Sequence[Any], level: str, n: int) -> list[Any]:
    """``n`` of the choices, at ``level`` or as near to it as there are."""
    shuffled = [choices[i] for i in rng.permutation(len(choices))]
    wanted = LEVELS.index(level)
    return sorted(shuffled, key=lambda each: abs(LEVELS.index(each.level) - wanted))[:n]


def _draw_flaw(rng: np.random.Generator, tasks: Sequence[_Task], level: str) -> str:
    """A wrong answer that can be shown as code, and whose mistake shows on a short example."""
    choices = []
    for each in _nearest(rng, tasks, level, len(tasks)):
        for i in rng.permutation(len(each.task.misconceptions)):
            wrong = each.task.misconceptions[i]
            if not cards.gives_itself_away(wrong):
                code = cards.code_of(wrong, each.task.name)
                # One line around the right answer is quickly seen through.
                choices.append(("reference." in code and code.count("\n") < 2, each, wrong))
    for _, each, wrong in sorted(choices, key=lambda choice: choice[0]):
        if cards.flaw(*_key(each), wrong.__name__).example:
            return "/".join([*_key(each), wrong.__name__])
    raise NotPossible("No wrong answer of these exercises can be shown: choose another topic.")


# ---- what stands behind a part --------------------------------------------------------------


@dataclass(frozen=True)
class Content:
    """What a candidate sees of a part, before and after answering.

    ``code`` is Python; ``practise`` the exercise that teaches it.
    """

    en: str
    zh: str
    answer: str
    rubric: tuple[Point, ...]
    practise: tuple[str, str]
    code: str = ""
    answer_code: str = ""
    table: tuple[tuple[Any, ...], ...] = ()
    source: str = ""
    red_flags: tuple[str, ...] = ()
    follow_ups: tuple[str, ...] = ()


def content(part: Part, level: str) -> Content:
    """What stands behind a part.

    Raises
    ------
    NotPossible
        When the course no longer has it.
    """
    if part.kind == "code":
        return _code_content(*part.key.split("/"))
    if part.kind == "flaw":
        return _flaw_content(*part.key.split("/"))
    found = [q for q in [*bank.questions(), *bank.decisions()] if q.id == part.key]
    if not found:
        raise NotPossible(f"The bank has no question {part.key}: start another interview.")
    (question,) = found
    return Content(
        question.en,
        question.zh,
        question.answer(level),
        question.rubric,
        (question.topic, question.exercise),
        table=question.table,
        source=question.source,
        red_flags=question.red_flags,
        follow_ups=question.follow_ups,
    )


def find_task(topic: str, name: str) -> Exercise:
    """The exercise ``name`` of a topic.

    Raises
    ------
    NotPossible
        When there is none.
    """
    task = catalogue.load(topic).get(name) if topic in catalogue.topics() else None
    if task is None:
        raise NotPossible(f"{topic} has no exercise {name}: start another interview.")
    return task


def reference_of(topic: str) -> Reference:
    """The source text of a topic's reference."""
    return Reference(catalogue.chapter(topic).reference)


def _code_content(topic: str, name: str) -> Content:
    task, reference = find_task(topic, name), reference_of(topic)
    return Content(
        f"Write `{name}`. Say what you assume before you begin, and how you would test it.",
        f"请实现 `{name}`。动手之前先说清你的假设，以及你打算怎样测试它。",
        "Correctness and edge cases are marked by the check. Ours, for comparison:",
        (
            Point("communication", "Restated the task and asked about an edge case before coding."),
            Point("communication", "Said what each step does, and what it costs."),
            Point("evaluation", "Ran an example by hand and named a test that a wrong one fails."),
        ),
        (topic, name),
        code=reference.stub(name),
        answer_code=cards.code_of(task.reference, name),
    )


def _flaw_content(topic: str, name: str, misconception: str) -> Content:
    flaw = cards.flaw(topic, name, misconception)
    contract = flaw.task.statement.splitlines()[0].replace("``", "`")
    example = flaw.example
    shown = ""
    if example:
        shown = f"{example.call}\n# expected\n{example.expected}\n# got\n{example.got}"
    uses = "reference." in flaw.code
    return Content(
        f"A colleague wrote `{name}` ({contract.rstrip('.')}). It runs. What goes wrong, on which "
        "smallest example, and how would you have found out?"
        + " What it calls as `reference` is right."
        * uses,
        f"同事写了 `{name}`，代码能运行。错在哪里？能说明问题的最小例子是什么？你会怎样发现它？"
        + "其中 `reference` 里的函数是对的。" * uses,
        f"{flaw.name.replace('_', ' ').capitalize()}. {flaw.explanation}",
        (
            Point("correctness", "Named this mistake, and not only a matter of style."),
            Point("edge_cases", "Gave a smallest input on which the right answer differs."),
            Point("evaluation", "Said which test or metric shows it, and how large its effect is."),
            Point("communication", "Said what to change, and left alone the lines that are right."),
        ),
        (topic, name),
        code=flaw.code,
        answer_code=shown,
        red_flags=("Rewrote everything instead of naming the mistake.",),
    )
