"""``course demo-class``: a class that nobody teaches, so that a week can be tried in five minutes.

Its submissions look like a download from Canvas: two humps of ability, known misconceptions, late
and second versions, copies, empty notebooks, a file that is no notebook, code that attacks, and
answers in prose. What was put into each is written beside them. Nobody in it is a real person.
"""

from __future__ import annotations

import ast
import csv
import functools
import io
import json
import math
import os
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from utils import catalogue, files
from utils.catalogue import Chapter
from utils.editions import source, standalone
from utils.editions.release import lock
from utils.editions.rewording import renamed, reworded
from utils.editions.standalone import NotStandalone, Standalone
from utils.exercises import Exercise
from utils.grading import free_text
from utils.grading.assignment import Assignment
from utils.grading.roster import ROSTER
from utils.grading.times import SUBMITTED
from utils.refused import Refused

TRUTH = "what_is_in_it.csv"
MOST = 500
# Handed in by this moment, or late, where no assignment says when it is due.
DUE = datetime(2026, 3, 8, 23, 59, tzinfo=UTC)
FIRST_USER, FIRST_SUBMISSION = 10_001, 700_001
# Names that are frequent where the course is read.
GIVEN = (
    "Mei", "Wei", "Jing", "Hao", "Lan", "Jun", "Xin", "Yu", "Ling", "Bo", "Fang", "Tao", "Ana",
    "Luis", "Aisha", "Omar", "Priya", "Arjun", "Emma", "Noah", "Sofia", "Ivan", "Yuki", "Kenji",
    "Minh", "Linh", "Fatima", "Ali", "Clara", "Jonas",
)  # fmt: skip
FAMILY = (
    "Wang", "Li", "Zhang", "Liu", "Chen", "Yang", "Huang", "Zhao", "Wu", "Zhou", "Xu", "Sun",
    "Garcia", "Silva", "Khan", "Hassan", "Sharma", "Patel", "Smith", "Brown", "Rossi", "Petrov",
    "Sato", "Tanaka", "Nguyen", "Tran", "Ahmed", "Kim", "Weber", "Novak",
)  # fmt: skip
DIFFICULTY = {"junior": -0.8, "mid": 0.0, "senior": 0.9}

RIGHT, WRONG, STUB, BROKEN, HOSTILE = "right", "wrong", "blank", "broken", "hostile"
PROSE = "prose"
# So many follow-ups are answered in prose.
MOST_FOLLOW_UPS = 2
# What attacks look like; each must earn nothing, and cost nobody else a mark.
ATTACKS = {
    "ends_the_process": "import os\nos._exit(0)",
    "never_ends": "while True:\n    pass",
    "equals_everything": (
        "class Anything(float):\n    def __eq__(self, other):\n        return True\n"
        "    __hash__ = None\nreturn Anything()"
    ),
    "imports_the_solution": "from solutions.{topic} import {name} as right\nreturn right(*args)",
    "reads_the_files": (
        "from pathlib import Path\n"
        "found = [p.read_text() for p in Path('/').glob('**/solutions/{topic}/reference.py')]\n"
        "namespace = {{}}\nexec(found[0], namespace)\nreturn namespace['{name}'](*args)"
    ),
    "writes_a_script": "return '<script>document.title = \"A+\"</script>'",
    "takes_all_memory": "held = []\nwhile True:\n    held.append(bytearray(10**8))",
}
# What keeps Python from reading a cell, or from running it.
SLIPS = ("missing_colon", "misspelt_name")


class CannotDemonstrate(Refused, ValueError):
    """A class cannot be made; the message says why."""


@dataclass
class Pupil:
    """Somebody of the class: what is handed in, and as what."""

    user: int
    name: str
    profile: str
    ability: float = 0.0
    late: bool = False
    copied_from: str = ""
    # For each exercise, what kind of answer it is, and its name.
    intended: dict[str, tuple[str, str]] = field(default_factory=dict)
    answers: dict[str, Standalone | str] = field(default_factory=dict)
    # What stands in cells of text, by question.
    texts: dict[str, str] = field(default_factory=dict)


def write(n: int, out: Path, asked: str | Assignment = "03", seed: int = 1) -> str:
    """Write a class of ``n`` learners into a new folder, and return what is to be said about it.

    The same arguments give the same class.

    Parameters
    ----------
    asked : str or Assignment
        The number of a chapter, as in ``03``; or an assignment of one chapter, by whose due date
        the class is in time or late.

    Raises
    ------
    Refused
        When there is no such chapter with exercises, or ``out`` holds something.
    CannotAssign
        When the assignment is of several chapters.
    """
    if isinstance(asked, Assignment):
        number, due = asked.chapter(), asked.due or DUE
    else:
        number, due = asked, DUE
    chapter = catalogue.with_exercises(number)
    if not 1 <= n <= MOST:
        raise CannotDemonstrate(f"A class of {n} cannot be made: give a number from 1 to {MOST}.")
    with files.new_folder(out) as draft:
        class_ = _Class(chapter, random.Random(f"{seed} {number} {n}"))
        pupils = class_.pupils(n)
        _write_files(draft, chapter, pupils, class_.bank, due)
    return _said(out, pupils)


def _said(out: Path, pupils: Sequence[Pupil]) -> str:
    profiles = Counter(p.profile for p in pupils)
    late = sum(p.late for p in pupils)
    parts = ", ".join(f"{count} {profile}" for profile, count in profiles.items())
    return (
        f"A class of {len(pupils)} is in {out}: {parts}; {late} late. {TRUTH} says what each "
        "answer is."
    )


# ---- who is in it ---------------------------------------------------------------------------


class _Class:
    """Draws the learners and their answers."""

    def __init__(self, chapter: Chapter, rng: random.Random) -> None:
        self.chapter, self.rng = chapter, rng
        self.exercises = catalogue.load(chapter.topic)
        stubs = source.Reference(chapter.reference)
        self.bank = {name: _Bank(chapter, task, stubs) for name, task in self.exercises.items()}
        # Some exercises are harder than their level says, and some mistakes are popular.
        self.difficulty = {
            name: DIFFICULTY[task.level] + rng.gauss(0, 0.5)
            for name, task in self.exercises.items()
        }
        for bank in self.bank.values():
            rng.shuffle(bank.wrong)

    def pupils(self, n: int) -> list[Pupil]:
        """Everybody, by family name."""
        pairs = [(given, family) for given in GIVEN for family in FAMILY]
        names = sorted(self.rng.sample(pairs, n), key=lambda pair: pair[::-1])
        profiles = self._profiles(n)
        pupils = [
            Pupil(FIRST_USER + at, " ".join(name), profile)
            for at, (name, profile) in enumerate(zip(names, profiles, strict=True))
        ]
        for pupil in pupils:
            self._answer(pupil)
        self._copy(pupils)
        handed_in = [p for p in pupils if p.profile not in ("absent", "copied")]
        for pupil in self.rng.sample(handed_in, min(len(handed_in), n // 10)):
            pupil.late = True
        for pupil in pupils:
            if pupil.profile in ("strong", "weak"):
                self._write_prose(pupil)
        return pupils

    def _profiles(self, n: int) -> list[str]:
        """Two humps, and a few of each kind that a marker has to stand."""
        few = n // 15
        special = ["absent"] * few + ["blank"] * few + ["hostile"] * few
        special += ["copied"] * (n // 10) + ["unreadable"] * (n // 30)
        rest = n - len(special)
        weak = round(0.35 * rest)
        profiles = [*special, *["weak"] * weak, *["strong"] * (rest - weak)]
        self.rng.shuffle(profiles)
        return profiles

    def _answer(self, pupil: Pupil) -> None:
        mean = {"strong": 1.3, "weak": -1.0}.get(pupil.profile, 0.3)
        pupil.ability = self.rng.gauss(mean, 0.5)
        attacks = list(ATTACKS)
        self.rng.shuffle(attacks)
        for at, name in enumerate(self.exercises):
            if pupil.profile == "hostile":
                kind, what = HOSTILE, attacks[at % len(attacks)]
            else:
                kind, what = self._kind(pupil, name, at)
            pupil.intended[name] = kind, what
            if kind != STUB:
                pupil.answers[name] = self._written(name, kind, what)

    def _kind(self, pupil: Pupil, name: str, at: int) -> tuple[str, str]:
        """What kind of answer somebody gives to an exercise, and which."""
        if pupil.profile in ("blank", "absent", "unreadable"):
            return STUB, ""
        bank, rng = self.bank[name], self.rng
        if rng.random() < _logistic(2 * (pupil.ability - self.difficulty[name])):
            return RIGHT, rng.choice(sorted(bank.right))
        if rng.random() < _logistic(-pupil.ability - 2.2 + 0.15 * at) or not bank.wrong:
            return STUB, ""
        if rng.random() < 0.06:
            return BROKEN, rng.choice(SLIPS)
        # The first few are what most people think.
        weights = [0.6**rank for rank in range(len(bank.wrong))]
        return WRONG, rng.choices(bank.wrong, weights)[0]

    def _written(self, name: str, kind: str, what: str) -> Standalone | str:
        """The answer as it stands in the cell; text, where it is no Python or runs on purpose."""
        bank, rng = self.bank[name], self.rng
        if kind == HOSTILE:
            body = ATTACKS[what].format(topic=self.chapter.topic, name=name)
            return f"def {name}(*args):\n" + "\n".join(f"    {x}" for x in body.splitlines())
        found = bank.find(what if kind in (RIGHT, WRONG) else sorted(bank.right)[0])
        found = Standalone(found.imports, reworded(found.node, rng))
        if kind != BROKEN:
            return found
        text = bank.as_cell(found)
        if what == "missing_colon":
            head, colon, rest = text.partition(":\n")
            return head + "\n" + rest if colon else text + "("
        return text.replace("return ", "return retrun + ")

    def _write_prose(self, pupil: Pupil) -> None:
        """Answers to follow-ups: of what a full answer says, as much as somebody knows."""
        asked = free_text.questions(self.chapter.topic).values()
        for question in [q for q in asked if q.is_follow_up][:MOST_FOLLOW_UPS]:
            known = [
                each
                for each in question.criteria
                if self.rng.random() < _logistic(2 * pupil.ability)
            ]
            if known:
                said = " ".join(_sentence(each.full_marks) for each in known)
                pupil.texts[question.name] = f"{question.short}\n\n{said}"
                names = ", ".join(each.name for each in known)
                pupil.intended[question.key] = PROSE, names

    def _copy(self, pupils: Sequence[Pupil]) -> None:
        """Some hand in what a neighbour wrote, half of them under other names."""
        sources = [p for p in pupils if p.profile in ("strong", "weak")]
        copies = [p for p in pupils if p.profile == "copied"]
        if not sources:
            return
        for at, pupil in enumerate(copies):
            neighbour = self.rng.choice(sources)
            pupil.copied_from, pupil.ability = neighbour.name, neighbour.ability
            pupil.intended = dict(neighbour.intended)
            pupil.answers = {
                name: Standalone(answer.imports, renamed(answer.node, self.rng))
                if at % 2 and isinstance(answer, Standalone)
                else answer
                for name, answer in neighbour.answers.items()
            }


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".;,:")
    return f"{text[:1].upper()}{text[1:]}."


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-x))


# ---- what they answer -----------------------------------------------------------------------


class _Bank:
    """Right and wrong answers to an exercise, each as one definition."""

    def __init__(self, chapter: Chapter, task: Exercise, stubs: source.Reference) -> None:
        self.task, self.stub = task, stubs.stub(task.name)
        self._found: dict[str, Standalone] = {}
        self.places: dict[str, tuple[Path, str]] = {"reference": (chapter.reference, task.name)}
        tests = catalogue.ROOT / "tests"
        for folder in ("right_answers", "natural_answers"):
            for name in _functions(tests / folder / f"{chapter.topic}.py"):
                exercise, _, how = name.partition("__")
                if exercise == task.name and (folder == "right_answers" or "right" in how[:5]):
                    self.places[how] = tests / folder / f"{chapter.topic}.py", name
        self.right = [name for name in self.places if self._can_be_found(name)]
        wrong = chapter.folder / "misconceptions.py"
        names = [each.__name__ for each in task.misconceptions]
        self.places |= {name: (wrong, name) for name in names}
        self.wrong = [name for name in names if self._can_be_found(name)]

    def find(self, what: str) -> Standalone:
        """An answer as one definition under the exercise's name."""
        if what not in self._found:
            self._found[what] = standalone.extract(*self.places[what], self.task.name)
        return self._found[what]

    def _can_be_found(self, what: str) -> bool:
        try:
            found = self.find(what)
        except NotStandalone:
            return False
        # What a learner imports of ours is there while a chapter is open for few of them.
        return not any(" utils" in each or " solutions" in each for each in found.imports)

    def as_cell(self, answer: Standalone) -> str:
        """The cell: the stub's head and statement, where the parameters are still the stub's."""
        own = ast.parse(self.stub).body[0]
        assert isinstance(own, ast.FunctionDef)
        same = ast.dump(_names_of(own.args)) == ast.dump(_names_of(answer.node.args))
        if not same or answer.node.decorator_list:
            return ast.unparse(ast.fix_missing_locations(answer.node))
        head = self.stub.splitlines()[:-1]
        body = ast.unparse(ast.fix_missing_locations(ast.Module(answer.node.body, [])))
        return "\n".join([*head, *(f"    {x}" if x else "" for x in body.splitlines())])


def _names_of(args: ast.arguments) -> ast.arguments:
    """Parameters without annotations and defaults."""
    bare = ast.parse(f"def f({ast.unparse(args)}): pass").body[0]
    assert isinstance(bare, ast.FunctionDef)
    for each in ast.walk(bare.args):
        if isinstance(each, ast.arg):
            each.annotation = None
    return bare.args


@functools.cache
def _functions(path: Path) -> tuple[str, ...]:
    if not path.exists():
        return ()
    nodes = ast.parse(path.read_text("utf-8")).body
    return tuple(node.name for node in nodes if isinstance(node, ast.FunctionDef))


# ---- files ----------------------------------------------------------------------------------


def _write_files(
    folder: Path,
    chapter: Chapter,
    pupils: Sequence[Pupil],
    banks: dict[str, _Bank],
    due: datetime,
) -> None:
    book = source.learner_edition(chapter)
    reference = source.reference_of(chapter)
    lock(book, set(reference.names) if reference else set())
    times = [("learner", "attempt", "time")]
    for at, pupil in enumerate(pupils):
        if pupil.profile == "absent":
            continue
        text = source.text(_filled(book, pupil, banks))
        if pupil.profile == "unreadable":
            # A page that was saved in place of the notebook.
            text = f"<!doctype html><title>{chapter.stem}</title><p>Sign in to go on.</p>\n"
        handed_in = due - timedelta(hours=2 + 7 * (at % 9), minutes=13 * at % 60)
        versions = [(text, due + timedelta(hours=5 + at % 40) if pupil.late else handed_in)]
        if at % 8 == 5 and pupil.profile in ("strong", "weak"):
            # The first version was half done.
            half = dict(list(pupil.answers.items())[: len(pupil.answers) // 2])
            first = source.text(_filled(book, Pupil(0, "", "", answers=half), banks))
            versions.insert(0, (first, handed_in - timedelta(hours=20)))
        for number, (content, moment) in enumerate(versions):
            name = _canvas_name(chapter, pupil, at, number)
            files.replace(folder / name, content)
            os.utime(folder / name, (moment.timestamp(), moment.timestamp()))
            times.append((str(pupil.user), str(number + 1), moment.isoformat(" ", "minutes")))
    roster = [("id", "name"), *((str(p.user), p.name) for p in pupils)]
    files.replace(folder / ROSTER, _csv(roster))
    files.replace(folder / SUBMITTED, _csv(times))
    truth = [("id", "name", "profile", "late", "copied_from", "exercise", "kind", "answer")]
    truth += [
        (str(p.user), p.name, p.profile, str(int(p.late)), p.copied_from, name, kind, what)
        for p in pupils
        for name, (kind, what) in p.intended.items()
    ]
    files.replace(folder / TRUTH, _csv(truth))
    for name in (ROSTER, SUBMITTED, TRUTH):
        os.utime(folder / name, (due.timestamp(), due.timestamp()))


def _canvas_name(chapter: Chapter, pupil: Pupil, at: int, number: int) -> str:
    """The name that Canvas gives a file: family name first, all in one, and its numbers."""
    given, _, family = pupil.name.partition(" ")
    late = "_LATE" if pupil.late else ""
    again = f"-{number}" if number else ""
    own = FIRST_SUBMISSION + 3 * at + number
    return f"{family}{given}".lower() + f"{late}_{pupil.user}_{own}_{chapter.stem}{again}.ipynb"


def _filled(book: NotebookNode, pupil: Pupil, banks: dict[str, _Bank]) -> NotebookNode:
    """The learner's notebook with what somebody wrote into it."""
    mine = nbformat.from_dict(json.loads(json.dumps(book)))
    needed: set[str] = set()
    for cell in mine.cells:
        name = source.exercise_name(cell)
        answer = pupil.answers.get(name or "")
        if isinstance(answer, Standalone):
            needed.update(answer.imports)
            cell.source = banks[name or ""].as_cell(answer)
        elif answer:
            cell.source = answer
    first = next(i for i, cell in enumerate(mine.cells) if cell.cell_type == "code")
    extra = sorted(needed - set(mine.cells[first].source.splitlines()))
    if extra:
        cell = nbformat.v4.new_code_cell("\n".join(extra), id=f"imports-{pupil.user}")
        mine.cells.insert(first + 1, cell)
    for name, text in pupil.texts.items():
        mine.cells.append(nbformat.v4.new_markdown_cell(text, id=f"my-{name}"))
    return mine


def _csv(rows: Sequence[tuple[str, ...]]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()
