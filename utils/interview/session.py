"""What is asked in a mock interview.

`draw` makes a `Plan` from a seed; `content` says what stands behind each of its parts.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

from utils import catalogue
from utils.editions.translation import stub
from utils.exercises import Exercise, WriteIt
from utils.exercises.model import LEVELS
from utils.interview import bank, cards
from utils.interview.bank import FollowUp, NotPossible, Point, Question
from utils.translation import joined, message, translated

# How an interview of 45 minutes is shared out.
MINUTES = {"code": 12, "flaw": 8, "decision": 15, "spoken": 10}
N_SPOKEN = 3
TITLES = {
    "code": message("Write code"),
    "flaw": message("Review an answer"),
    "decision": message("Decide on data"),
    "spoken": message("Answer aloud"),
}
# A coding exercise that takes longer at the candidate's level is no interview question.
LONGEST_EXERCISE = 15
RUBRICS = {
    "code": (
        Point(
            "communication",
            message("Restated the task and asked about an edge case before coding."),
        ),
        Point("communication", message("Said what each step does, and what it costs.")),
        Point(
            "evaluation", message("Ran an example by hand and named a test that a wrong one fails.")
        ),
    ),
    "flaw": (
        Point("correctness", message("Named this mistake, and not only a matter of style.")),
        Point("edge_cases", message("Gave a smallest input on which the right answer differs.")),
        Point(
            "evaluation",
            message("Said which test or metric shows it, and how large its effect is."),
        ),
        Point(
            "communication",
            message("Said what to change, and left alone the lines that are right."),
        ),
    ),
}
NOTHING_SEEN: Mapping[str, int] = MappingProxyType({})

Choice = TypeVar("Choice", Question, "_Task")


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
        return translated(TITLES[self.kind])


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
        return translated(
            "Mock interview: {level}, {topic}, {minutes} minutes, seed {seed}",
            level=translated(self.level),
            topic=bank.title(self.topic) if self.topic else translated("all topics"),
            minutes=self.minutes,
            seed=self.seed,
        )


def draw(
    level: str = "mid",
    topic: str | None = None,
    minutes: int = 45,
    seed: int = 0,
    seen: Mapping[str, int] = NOTHING_SEEN,
) -> Plan:
    """Draw an interview. The same arguments draw the same one while the course stays the same.

    Spoken questions are of the level that was asked for, or of one next to it; the main question of
    a topic counts as of every level. What was seen least comes first, so that a few interviews at
    one setting ask all that the bank holds for it.

    Parameters
    ----------
    level : {"junior", "mid", "senior"}
        Where a topic has too little at this level, the nearest level stands in.
    topic : str, optional
        Only this topic; a topic without exercises or decisions borrows them from the others.
    minutes : int
        From 5 to 600, shared out among the parts.
    seed : int
        At least 0.
    seen : mapping of str to int
        How often each key of a part was asked before.

    Raises
    ------
    NotPossible
        When one of the arguments is none of these; the message is one sentence.
    """
    bank.known_level(level)
    bank.known_topic(topic)
    if not 5 <= minutes <= 600:
        said = message("An interview of {minutes} minutes? Give a number from 5 to 600.")
        raise NotPossible(translated(said, minutes=minutes))
    if seed < 0:
        said = message("The seed is {seed}: give a whole number that is not negative.")
        raise NotPossible(translated(said, seed=seed))
    rng = np.random.default_rng(seed)
    tasks = _tasks(topic) or _tasks(None)
    code = _choose(rng, _near(tasks, level), level, seen)[0]
    flawed = [each for each in tasks if each != code] or tasks
    # Whoever has written a function is not asked how she would write it, if there is more to ask.
    spoken = _near(_of(bank.questions(), topic), level)
    others = [each for each in spoken if each.exercise != code.task.name]
    spoken = others if len(others) >= N_SPOKEN else spoken
    if len(spoken) < N_SPOKEN:
        spoken = _of(bank.questions(), topic)
    decisions = _of(bank.decisions(), topic) or bank.decisions()
    keys = [
        ("code", code.key),
        ("flaw", _draw_flaw(rng, flawed, level, seen)),
        ("decision", _choose(rng, decisions, level, seen)[0].id),
        *(("spoken", q.id) for q in _choose(rng, spoken, level, seen)[:N_SPOKEN]),
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

    @property
    def key(self) -> str:
        return f"{self.topic}/{self.task.name}"


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


def _distance(choice: Question | _Task, level: str) -> int:
    if isinstance(choice, Question) and choice.main:
        return 0
    return abs(LEVELS.index(choice.level) - LEVELS.index(level))


def _near(choices: Sequence[Choice], level: str) -> list[Choice]:
    """The choices at ``level`` or one step from it; all of them where there is none."""
    return [each for each in choices if _distance(each, level) <= 1] or list(choices)


def _choose(
    rng: np.random.Generator, choices: Sequence[Choice], level: str, seen: Mapping[str, int]
) -> list[Choice]:
    """The choices in the order in which they are asked: seen least, then at random.

    A choice one level away comes first a third as often as one at ``level``: the least of
    independent exponential times is each one's with a probability in proportion to its rate.
    """
    times = rng.exponential(size=len(choices)) * [3.0 ** _distance(c, level) for c in choices]
    keys = [each.id if isinstance(each, Question) else each.key for each in choices]
    order = sorted(range(len(choices)), key=lambda i: (seen.get(keys[i], 0), times[i]))
    return [choices[i] for i in order]


def _draw_flaw(
    rng: np.random.Generator, tasks: Sequence[_Task], level: str, seen: Mapping[str, int]
) -> str:
    """A wrong answer that can be shown as code, and whose mistake shows on a short example."""
    found = []
    for each in _choose(rng, _near(tasks, level), level, {}):
        for i in rng.permutation(len(each.task.misconceptions)):
            wrong = each.task.misconceptions[i]
            found.append((f"{each.key}/{wrong.__name__}", each, wrong))
    for key, each, wrong in sorted(found, key=lambda choice: seen.get(choice[0], 0)):
        if not cards.stands_alone(wrong):
            continue
        if cards.flaw(each.topic, each.task.name, wrong.__name__).example:
            return key
    if tasks and (elsewhere := _tasks(None)) != list(tasks):
        return _draw_flaw(rng, elsewhere, level, seen)
    raise NotPossible(
        translated("No wrong answer of these exercises can be shown: choose another topic.")
    )


# ---- what stands behind a part --------------------------------------------------------------


@dataclass(frozen=True)
class Content:
    """What a candidate sees of a part, before and after answering.

    ``code`` is Python; ``refers`` the contracts of the functions that the text speaks of;
    ``practise`` the topic and name of the exercise that teaches it, if there is one.
    """

    en: str
    zh: str
    answer: str
    rubric: tuple[Point, ...]
    practise: tuple[str, ...]
    code: str = ""
    refers: str = ""
    answer_code: str = ""
    table: tuple[tuple[Any, ...], ...] = ()
    source: str = ""
    red_flags: tuple[str, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()


def rubric(part: Part) -> tuple[Point, ...]:
    """What a part is scored on, found without executing anything.

    Raises
    ------
    NotPossible
        When the course no longer has the question.
    """
    return _rubric(part.kind) if part.kind in RUBRICS else _question(part.key).rubric


def _rubric(kind: str) -> tuple[Point, ...]:
    return tuple(Point(each.axis, translated(each.text)) for each in RUBRICS[kind])


def topic_of(part: Part) -> str:
    """The topic of a part."""
    return part.key.split("/")[0] if part.kind in RUBRICS else _question(part.key).topic


def _question(name: str) -> Question:
    found = [q for q in [*bank.questions(), *bank.decisions()] if q.id == name]
    if not found:
        said = message("The bank has no question {name}: start another interview.")
        raise NotPossible(translated(said, name=name))
    return found[0]


def still_there(part: Part) -> bool:
    """Whether the course still has what a part asks; nothing is executed."""
    if part.kind in ("decision", "spoken"):
        return part.key in {q.id for q in [*bank.questions(), *bank.decisions()]}
    topic, name, *wrong = part.key.split("/")
    task = catalogue.load(topic).get(name) if topic in catalogue.topics() else None
    return task is not None and set(wrong) <= {each.__name__ for each in task.misconceptions}


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
    question = _question(part.key)
    return Content(
        question.en,
        question.zh,
        question.answer(level),
        question.rubric,
        question.practise,
        refers=_refers(question.en),
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
        said = message("{topic} has no exercise {name}: start another interview.")
        raise NotPossible(translated(said, topic=topic, name=name))
    return task


def _refers(text: str, but: str = "") -> str:
    """The signature and contract of each function of the course that a text names in backticks."""
    names = dict.fromkeys(re.findall(r"`+([a-z]\w+)(?:\(.*?\))?`+", text))
    found = [(topic, name) for name in names if name != but and (topic := catalogue.topic_of(name))]
    return "\n\n".join(cards.contract(topic, name) for topic, name in found)


def _code_content(topic: str, name: str) -> Content:
    find_task(topic, name)  # It may be gone since the interview was drawn.
    shown = stub(topic, name)
    return Content(
        f"Write `{name}`. Say what you assume before you begin, and how you would test it.",
        f"请实现 `{name}`。动手之前先说清你的假设，以及你打算怎样测试它。",
        translated("Correctness and edge cases are marked by the check. Ours, for comparison:"),
        _rubric("code"),
        (topic, name),
        code=shown,
        refers=_refers(shown, but=name),
        answer_code=cards.answer_of(topic, name),
    )


def _flaw_content(topic: str, name: str, misconception: str) -> Content:
    flaw = cards.flaw(topic, name, misconception)
    example = flaw.example
    shown = ""
    if example:
        expected, got = translated("expected"), translated("got")
        shown = f"{example.call}\n# {expected}\n{example.expected}\n# {got}\n{example.got}"
    return Content(
        f"A colleague wrote `{name}`. It runs. What goes wrong, on which smallest example, and how "
        "would you have found out?",
        f"同事写了 `{name}`，代码能运行。错在哪里？能说明问题的最小例子是什么？你会怎样发现它？",
        joined(flaw.words.capitalize() + translated("."), flaw.explanation),
        _rubric("flaw"),
        (topic, name),
        code=f"{textwrap.indent(cards.contract(topic, name), '# ')}\n\n{flaw.code}",
        refers=_refers(flaw.task.statement, but=name),
        answer_code=shown,
        red_flags=(translated("Rewrote everything instead of naming the mistake."),),
    )
