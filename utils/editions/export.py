"""``course export``: a chapter as a course folder of nbgrader or of Otter, for their own commands.

What can be seen becomes an ordinary test. What is hidden becomes cases with their values, so that
no reference is shipped. An exercise that is judged by running answers of ours cannot be taken
along: there it is marked by hand, or by `course grade`.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import inspect
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from utils import catalogue, files
from utils.catalogue import ROOT, Chapter
from utils.editions import source, standalone
from utils.editions.standalone import NotStandalone
from utils.execution import plain
from utils.exercises import Exercise, WriteIt, equality
from utils.exercises.attempt import Sheet, sheet
from utils.exercises.query import WriteTheQuery
from utils.exercises.stored_cases import UNCHANGED, packed
from utils.exercises.write_it import EXAMPLES
from utils.grading.assignment import Assignment
from utils.refused import Refused

SYSTEMS = ("nbgrader", "otter")
# The package that goes along, made of these modules; nothing in it is secret.
PACKAGE = "course_checks"
MODULES = (
    "utils/execution/plain.py",
    "utils/execution/outcomes.py",
    "utils/execution/runner.py",
    "utils/exercises/equality.py",
    "utils/exercises/stored_cases.py",
)
REQUIREMENTS = ("numpy", "pandas", "scipy", "scikit-learn", "statsmodels")
SEED = 0
# Right answers that have to give the same value before it stands in for a property.
ENOUGH = 2

NBGRADER_CONFIG = '''"""Read by nbgrader's commands in this folder."""

c = get_config()  # noqa: F821 - nbgrader defines it
c.CourseDirectory.course_id = "{course}"
c.ClearSolutions.code_stub = {{"python": 'raise NotImplementedError("yours to write")'}}
# One call has its own limit; this one is for all calls of a cell.
c.ExecutePreprocessor.timeout = 120
c.ExecutePreprocessor.interrupt_on_timeout = True
'''
README = """# {title} for {system}

{commands}

{what}

Every exercise earns what it earns in `course grade`, by cases that were drawn once, with seed
{seed}. The tests that can be seen earn nothing by themselves: whoever knows the examples has not
solved the exercise.

{left_out}
"""
COMMANDS = {
    "nbgrader": """```console
nbgrader generate_assignment {name}
nbgrader autograde {name}
nbgrader generate_feedback {name}
nbgrader export
```

`release/{name}` is what you hand out. Put what comes back into `submitted/LEARNER/{name}/`.""",
    "otter": """```console
otter assign {stem}.ipynb dist
otter run submitted/LEARNER/{stem}.ipynb -a dist/autograder/*.zip -o results/LEARNER
```

`dist/student` is what you hand out. A notebook that comes back keeps its name. `otter grade` marks
a folder of notebooks where Docker is installed.""",
}
BY_HAND = (
    "These exercises are judged by running answers of ours, which are not shipped. They are cells "
    "to be marked by hand here, and `course grade` marks them by itself: {names}."
)
NOT_TAKEN = "Of {name} these properties are not tried here, for the same reason: {properties}."
BY_VALUE = (
    "Of {name} these properties ask for the reference's value, where `course grade` accepts every "
    "value with the property; all right answers that we know give that value: {properties}."
)
MEMORY = "{name} limits memory in `course grade`, and does not here."


class CannotExport(Refused, ValueError):
    """A course folder cannot be written; the message says why."""


@dataclass
class Portable:
    """An exercise as it can be taken elsewhere.

    ``seen`` and ``hidden`` are stored cases; both are empty where it has to be marked by hand.
    ``left_out`` are properties that are not tried, ``by_value`` those that ask for the value of the
    reference where any that satisfies the property would do.
    """

    task: Exercise
    stub: str
    text: str
    points: float
    seen: dict[str, Any] = field(default_factory=dict)
    hidden: dict[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    by_value: tuple[str, ...] = ()

    @property
    def by_hand(self) -> bool:
        """Whether nothing of it can be tried elsewhere."""
        return not self.hidden


def export(system: str, asked: str | Assignment, out: Path, names: Sequence[str] = ()) -> str:
    """Write a course folder, and return what is to be said about it.

    Parameters
    ----------
    system : {"nbgrader", "otter"}
    asked : str or Assignment
        The number of a chapter, as in ``03``; or what is asked of one, and its points there.
    names : sequence of str, optional
        Only these exercises of it.

    Raises
    ------
    Refused
        When there is no such system, chapter or exercise, or ``out`` holds something.
    CannotAssign
        When an assignment is of several chapters.
    """
    if system not in SYSTEMS:
        raise CannotExport(f"There is no export for {system}: choose {' or '.join(SYSTEMS)}.")
    points: dict[str, float] = {}
    if isinstance(asked, Assignment):
        number, points = asked.chapter(), {q.exercise: q.points for q in asked.questions}
    else:
        number = asked
    chapter = catalogue.with_exercises(number)
    tasks = catalogue.load(chapter.topic)
    if points:
        tasks = {name: task for name, task in tasks.items() if name in points}
    if unknown := [name for name in names if name not in tasks]:
        who = "The assignment" if points else f"Chapter {number}"
        raise CannotExport(f"{who} has no exercise {unknown[0]}: choose of {', '.join(tasks)}.")
    chosen = [task for name, task in tasks.items() if not names or name in names]
    with files.new_folder(out) as draft:
        exercises = portable(chapter, chosen, points)
        write = _write_nbgrader if system == "nbgrader" else _write_otter
        write(draft, chapter, exercises)
        (draft / "README.md").write_text(_readme(system, chapter, exercises), "utf-8")
    by_hand = [each.task.name for each in exercises if each.by_hand]
    tested = f"{len(exercises) - len(by_hand)} exercises test themselves"
    also = f"; to be marked by hand: {', '.join(by_hand)}" if by_hand else ""
    return f"Exported to {out}: {tested}{also}. {out / 'README.md'} says how it is used."


# ---- what can be taken along ----------------------------------------------------------------


def portable(
    chapter: Chapter, tasks: Iterable[Exercise], points: Mapping[str, float] | None = None
) -> list[Portable]:
    """The exercises of a chapter as they can be taken elsewhere, in their order.

    ``points`` are those of an assignment, in place of the exercises' own.
    """
    worth = points or {}
    book = source.learner_edition(chapter)
    stubs = {name: cell.source for cell in book.cells if (name := source.exercise_name(cell))}
    texts = _announcements(book)
    return [
        _portable(
            task,
            stubs[task.name],
            texts.get(task.name, ""),
            worth.get(task.name, float(task.points)),
        )
        for task in tasks
    ]


def _announcements(book: NotebookNode) -> dict[str, str]:
    """The text above each exercise: its number, level and hints."""
    found = {}
    text = ""
    for cell in book.cells:
        if cell.cell_type == "markdown":
            text = cell.source
        elif name := source.exercise_name(cell):
            found[name] = text
    return found


def _portable(task: Exercise, stub: str, text: str, points: float) -> Portable:
    found = Portable(task, stub, text, points)
    if not isinstance(task, WriteIt) or isinstance(task, WriteTheQuery):
        return found
    try:
        agrees = None if task.agrees is equality.close else _source_of(task.agrees)
    except NotStandalone:
        return found
    asked = sheet(task, SEED)
    holds: dict[str, str | None] = {EXAMPLES: None}
    left_out, by_value = [], []
    for prop in task.properties:
        try:
            holds[prop.name] = _source_of(prop.holds) if prop.holds else None
        except NotStandalone:
            if _value_is_settled(asked, prop.name):
                by_value.append(prop.name)
                holds[prop.name] = None
            else:
                left_out.append(prop.name)
    if task.properties[0].name in left_out:
        return found
    adapter = None
    if task.adapter:
        adapter = f"{inspect.getsource(task.adapter)}\nit = {task.adapter.__name__}\n"
    weights = {prop.name: prop.points for prop in task.properties}
    cases = [case for case in asked.cases if case.criterion in holds]
    head = {
        "name": task.name,
        "points": points,
        "seconds": task.seconds,
        "adapter": adapter,
        "agrees": agrees,
    }
    stored = []
    for case in cases:
        done = asked.expected(case)
        stored.append(
            {
                "criterion": case.criterion,
                "ordinary": task.is_ordinary(case),
                "args": plain.to_bytes(case.args).decode("latin-1"),
                "value": plain.to_bytes(done.value).decode("latin-1"),
                "failed_by": done.failed_by,
            }
        )
    present = dict.fromkeys(case.criterion for case in cases)
    criteria: dict[str, dict[str, Any]] = {}
    for name in present:
        criteria[name] = {"points": weights.get(name, 1.0), "holds": holds[name]}
    if not all(isinstance(a, (str, int, float, bool, tuple)) for c in cases for a in c.args):
        criteria[UNCHANGED] = {"points": 1.0, "holds": None}
    found.hidden = {**head, "criteria": criteria, "cases": stored}
    seen = [each for each in stored if each["criterion"] == EXAMPLES]
    if seen:
        found.seen = {
            **head,
            "criteria": {k: v for k, v in criteria.items() if k in (EXAMPLES, UNCHANGED)},
            "cases": seen,
        }
    found.left_out, found.by_value = tuple(left_out), tuple(by_value)
    return found


def _value_is_settled(asked: Sheet, criterion: str) -> bool:
    """Whether every right answer that we know gives the reference's value on the cases of it.

    Then equality stands in for a property that would take a reference to be judged.
    """
    topic = catalogue.topic_of(asked.exercise.name) or ""
    right = right_answers(topic).get(asked.exercise.name, [])
    cases = [case for case in asked.cases if case.criterion == criterion]
    return len(right) >= ENOUGH and all(
        not (done := asked.run(answer, case)).failure
        and asked.exercise.equal(asked.expected(case).value, done.value)
        for answer in right
        for case in cases
    )


@functools.cache
def right_answers(topic: str) -> dict[str, list[Callable[..., Any]]]:
    """The right answers that stand beside the tests, by exercise; none where there are no tests."""
    found: dict[str, list[Callable[..., Any]]] = {}
    for folder, mark in (("right_answers", ""), ("natural_answers", "right_")):
        path = ROOT / "tests" / folder / f"{topic}.py"
        spec = importlib.util.spec_from_file_location(f"{folder}_{topic}", path)
        if not path.exists() or spec is None or spec.loader is None:
            continue
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for name, value in vars(module).items():
            exercise, between, how = name.partition("__")
            if between and how.startswith(mark) and callable(value):
                found.setdefault(exercise, []).append(value)
    return found


def _source_of(function: Callable[..., Any]) -> str:
    """A function of an `exercises.py` as text that stands alone, bound to the name ``it``.

    Raises
    ------
    NotStandalone
        When it needs a reference, a wrong answer, or what is not written down anywhere.
    """
    code = getattr(function, "__code__", None)
    if code is None or function.__closure__ or not Path(code.co_filename).is_relative_to(ROOT):
        raise NotStandalone(f"{function} is not written in one place.")
    path = Path(code.co_filename)
    node = _definition(path, function)
    if any(file != path for file in standalone.files_needed(path, node)):
        raise NotStandalone(f"{path.name}: a property calls an answer of ours.")
    before, text = standalone.expression(path, node)
    lines = [_rewritten(each) for each in before]
    if any(re.search(r"^(from|import) (utils|solutions)\b", line) for line in lines):
        raise NotStandalone(f"{path.name}: a property needs more of ours than goes along.")
    return "\n".join([*lines, f"it = {text}", ""])


def _definition(path: Path, function: Callable[..., Any]) -> ast.expr:
    """The expression by which a module means a function: its name, or the lambda itself."""
    code = function.__code__
    tree = ast.parse(path.read_text("utf-8"))
    if function.__name__ != "<lambda>":
        return ast.Name(function.__name__, ast.Load())
    for node in ast.walk(tree):
        if isinstance(node, ast.Lambda) and node.lineno == code.co_firstlineno:
            compiled = compile(ast.Expression(node), str(path), "eval").co_consts[0]
            if compiled.co_code == code.co_code and compiled.co_consts == code.co_consts:
                return node
    raise NotStandalone(f"{path.name}: the property of line {code.co_firstlineno} is not found.")


def _rewritten(text: str) -> str:
    """Imports of ours turned into those of the package that goes along."""
    text = re.sub(r"from utils\.(execution|exercises) import", f"from {PACKAGE} import", text)
    names = "|".join(Path(module).stem for module in MODULES)
    return re.sub(
        rf"from utils\.(?:execution|exercises)\.({names}) import",
        rf"from {PACKAGE}.\1 import",
        text,
    )


def _write_package(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "__init__.py").write_text('"""Judges answers by stored cases."""\n', "utf-8")
    for module in MODULES:
        path = ROOT / module
        (folder / path.name).write_text(_rewritten(path.read_text("utf-8")), "utf-8")


# ---- nbgrader -------------------------------------------------------------------------------


def _write_nbgrader(folder: Path, chapter: Chapter, exercises: Sequence[Portable]) -> None:
    assignment = folder / "source" / chapter.topic
    _write_package(assignment / PACKAGE)
    cells = _opening(chapter)
    for each in exercises:
        name = each.task.name
        cells.append(_locked(f"text-{name}", new_markdown_cell(each.text)))
        body, _, last = each.stub.rpartition("\n")
        stub = f"{body}\n    ### BEGIN SOLUTION\n{last}\n    ### END SOLUTION"
        points = {"points": each.points} if each.by_hand else {}
        cells.append(_nbgrader(new_code_cell(stub), name, solution=True, **points))
        if each.seen:
            cells.append(_nbgrader_test(f"seen-{name}", 0, _seen(each)))
        if not each.by_hand:
            hidden = f"from {PACKAGE} import stored_cases\n" + _call("points", each.hidden, name)
            text = (
                "# More is tried here after you hand in.\n"
                f"### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"
            )
            cells.append(_nbgrader_test(f"hidden-{name}", each.points, text))
    _write_book(assignment / f"{chapter.stem}.ipynb", cells)
    config = NBGRADER_CONFIG.format(course=chapter.topic)
    (folder / "nbgrader_config.py").write_text(config, "utf-8")


def _nbgrader(cell: NotebookNode, grade_id: str, **kind: Any) -> NotebookNode:
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade_id": grade_id,
        "grade": "points" in kind,
        "solution": False,
        "locked": False,
        "task": False,
        **kind,
    }
    return cell


def _nbgrader_test(grade_id: str, points: float, text: str) -> NotebookNode:
    return _nbgrader(new_code_cell(text), grade_id, points=points, locked=True)


def _locked(grade_id: str, cell: NotebookNode) -> NotebookNode:
    return _nbgrader(cell, grade_id, locked=True)


# ---- Otter ----------------------------------------------------------------------------------


def _write_otter(folder: Path, chapter: Chapter, exercises: Sequence[Portable]) -> None:
    _write_package(folder / PACKAGE)
    hidden_files = []
    (folder / "hidden").mkdir()
    config = {
        "name": chapter.topic,
        "run_tests": False,
        "init_cell": True,
        "export_cell": False,
        "requirements": list(REQUIREMENTS),
        "tests": {"files": True, "ok_format": False, "url_prefix": None},
        "files": [f"{PACKAGE}/{p.name}" for p in sorted((folder / PACKAGE).iterdir())],
    }
    cells = _opening(chapter)
    for each in exercises:
        name = each.task.name
        cells.append(
            _raw("BEGIN QUESTION", name=name, points=_otter_points(each), manual=each.by_hand)
        )
        cells.append(new_markdown_cell(each.text))
        cells.append(_raw("BEGIN SOLUTION"))
        cells.append(new_code_cell(each.stub))
        cells.append(_raw("END SOLUTION"))
        if not each.by_hand:
            path = folder / "hidden" / f"{name}.txt"
            path.write_text(packed(each.hidden), "utf-8")
            hidden_files.append(f"hidden/{path.name}")
            cells.append(_raw("BEGIN TESTS"))
            cells += [new_code_cell(text) for text in _otter_tests(each)]
            cells.append(_raw("END TESTS"))
        cells.append(_raw("END QUESTION"))
    config["autograder_files"] = hidden_files
    cells.insert(0, _raw("ASSIGNMENT CONFIG", **config))
    _write_book(folder / f"{chapter.stem}.ipynb", cells)


def _otter_points(each: Portable) -> Any:
    """The points of a question, or of its tests one by one: the share of each criterion."""
    if each.by_hand:
        return each.points
    total = sum(criterion["points"] for criterion in each.hidden["criteria"].values())
    shares = [c["points"] / total for c in each.hidden["criteria"].values()]
    return [0] * bool(each.seen) + [round(each.points * share, 9) for share in shares]


def _otter_tests(each: Portable) -> list[str]:
    name = each.task.name
    tests = []
    if each.seen:
        body = "\n".join(f"    {line}" for line in _seen(each).splitlines())
        tests.append(f"def test_seen({name}):\n{body}")
    for criterion in each.hidden["criteria"]:
        tests.append(
            f"# HIDDEN\ndef test_hidden_{criterion}({name}):\n"
            "    from pathlib import Path\n"
            f"    from {PACKAGE} import stored_cases\n"
            f"    stored = Path('hidden/{name}.txt').read_text('utf-8')\n"
            f"    stored_cases.assert_criterion(stored, {name}, {criterion!r})"
        )
    return tests


def _raw(delimiter: str, **fields: Any) -> NotebookNode:
    lines = [f"# {delimiter}"]
    # A flow mapping of YAML is JSON.
    lines += [f"{key}: {json.dumps(value)}" for key, value in fields.items()]
    return new_raw_cell("\n".join(lines))


# ---- both -----------------------------------------------------------------------------------


def _opening(chapter: Chapter) -> list[NotebookNode]:
    title = f"# {int(chapter.number)} · {chapter.title}"
    said = (
        "Write into the cells that end in `raise NotImplementedError`, and keep the names of the "
        "functions. The chapter itself says what all of it is for."
    )
    return [
        new_markdown_cell(f"{title}\n\n{said}", id="opening"),
        new_code_cell(
            "import math\n\nimport numpy as np\nimport pandas as pd\nfrom scipy import sparse"
        ),
    ]


def _seen(each: Portable) -> str:
    return f"from {PACKAGE} import stored_cases\n" + _call(
        "check_examples", each.seen, each.task.name
    )


def _call(function: str, stored: dict[str, Any], name: str) -> str:
    """A call of a stored case, its text in lines that an editor can show."""
    text = packed(stored)
    lines = (f'    "{text[at : at + 96]}"' for at in range(0, len(text), 96))
    return f"stored_cases.{function}(\n" + "\n".join(lines) + f",\n    {name},\n)"


def _write_book(path: Path, cells: list[NotebookNode]) -> None:
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    book = new_notebook(cells=cells, metadata=source.METADATA)
    nbformat.validate(book)
    path.write_text(source.text(book), "utf-8", newline="\n")


def _readme(system: str, chapter: Chapter, exercises: Sequence[Portable]) -> str:
    said = []
    if by_hand := [each.task.name for each in exercises if each.by_hand]:
        said.append(BY_HAND.format(names=", ".join(by_hand)))
    for each in exercises:
        if each.left_out:
            listed = ", ".join(each.left_out)
            said.append(NOT_TAKEN.format(name=each.task.name, properties=listed))
        if each.by_value:
            listed = ", ".join(each.by_value)
            said.append(BY_VALUE.format(name=each.task.name, properties=listed))
        if each.task.memory_mb and not each.by_hand:
            said.append(MEMORY.format(name=each.task.name))
    name = chapter.topic
    return (
        README.format(
            title=chapter.title,
            system=system,
            commands=COMMANDS[system].format(name=name, stem=chapter.stem),
            what=f"`{PACKAGE}` judges answers, and is handed out with the notebook.",
            seed=SEED,
            left_out="\n\n".join(said),
        ).rstrip()
        + "\n"
    )
