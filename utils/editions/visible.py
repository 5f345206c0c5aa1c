"""What the edition of an open chapter keeps of its exercises, for a visible check of each.

The examples of the statements with their values; and of the kinds that have none, the code that
says whether an input is allowed or how predictions are scored, cut out of the topic's exercises
with nothing that it does not need, and a hold-out to practise on. Never a reference, a
misconception, a flawed answer, or what draws hidden inputs.
"""

from __future__ import annotations

import ast
import importlib
import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from utils import catalogue
from utils.editions.source import bound
from utils.execution import plain
from utils.execution.runner import Runner
from utils.exercises import equality, practice
from utils.exercises.attempt import sheet
from utils.exercises.beat_it import BeatIt, _drawn
from utils.exercises.break_it import BreakIt
from utils.exercises.from_examples import CODE, LOOSE, STRICT
from utils.exercises.model import Exercise
from utils.exercises.query import WriteTheQuery
from utils.exercises.write_it import WriteIt
from utils.exercises.write_the_test import WriteTheTest

# No marking draws from it: its seeds are numbers of 48 bits, drawn for each class.
PRACTICE_SEED = 0
# Where functions are cut out of; what they import from other modules of ours comes along whole.
CUT = ("utils.holdout.", "utils.fraud")


class NotSeparable(ValueError):
    """A function needs what must not be handed out; the message says what."""


def write(folder: Path, topic: str) -> None:
    """Write what an open topic's edition keeps into its folder."""
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    code: dict[str, Callable[..., Any]] = {}
    entries = [_entry(folder, task, code) for task in catalogue.load(topic).values()]
    path = folder / catalogue.chapter(topic).stored_examples.name
    path.write_text(json.dumps(entries, indent=1) + "\n", "utf-8")
    if code:
        (folder / f"{CODE}.py").write_text(cut_out(code.values()), "utf-8")


def _entry(folder: Path, task: Exercise, code: dict[str, Callable[..., Any]]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": task.name,
        "points": task.points,
        "minutes": task.minutes,
        "level": task.level,
        "seconds": task.seconds,
        "tolerance": STRICT if task.agrees is equality.close else LOOSE,
    }

    def kept(function: Callable[..., Any]) -> str:
        code[function.__name__] = function
        return function.__name__

    if isinstance(task, BreakIt):
        problem = kept(task.form or task.problem)
        return entry | {"kind": "break", "defects": [*task.defects], "problem": problem}
    if isinstance(task, WriteTheTest):
        return entry | {"kind": "test", "under_test": _under_test(task)}
    if isinstance(task, BeatIt):
        arguments, truth = _drawn(task, PRACTICE_SEED)
        measures = {m: m.practice or m.measure for m in task.metrics}
        measures = {m: measure for m, measure in measures.items() if _separable(measure)}
        asked = sheet(task, PRACTICE_SEED)
        (case,) = asked.cases
        ends = [asked.run(each, case).value for each in (task.baseline, task.reference)]
        name = f"{task.name}.holdout"
        practice.write_holdout(folder / name, arguments, truth)
        return entry | {
            "kind": "beat",
            "holdout": name,
            "problem": kept(task.problem),
            "metrics": [[m.name, kept(measure), m.points] for m, measure in measures.items()],
            "par": task.par,
            "ends": [[measure(end, truth) for measure in measures.values()] for end in ends],
        }
    if isinstance(task, WriteTheQuery):
        run = Runner(task.reference, task.adapter)
        return entry | {"kind": "query", "ordered": task.ordered, "examples": _pairs(task, run)}
    # Without an adapter: what a statement calls is what a learner can call.
    entry["examples"] = _pairs(task, Runner(task.reference))
    if not entry["examples"] and isinstance(task, WriteIt):
        entry["examples"] = _pairs(task, Runner(task.reference, task.adapter), _drawn_call(task))
        if task.adapter:
            entry["adapter"] = kept(task.adapter)
    return entry | {"kind": "write"}


def _pairs(task: Exercise, run: Runner, calls: Any = None) -> list[list[str]]:
    """Calls and their values, as text; without those that fail or have no plain value."""
    pairs = [(args, run(args)) for args in (task.examples if calls is None else calls)]
    return [
        [plain.to_bytes(part).decode("latin-1") for part in (args, done.value)]
        for args, done in pairs
        if not done.failure and not isinstance(done.value, plain.Opaque)
    ]


def _drawn_call(task: WriteIt) -> list[Any]:
    """An ordinary call, drawn to practise on."""
    rng = np.random.default_rng(PRACTICE_SEED)
    return list(task.properties[0].inputs(rng))[:1]


def _under_test(task: WriteTheTest) -> str:
    """The function that a test is about, where learners write it."""
    function = task.right.get("reference")
    return function.__name__ if function and catalogue.topic_of(function.__name__) else ""


def _separable(function: Callable[..., Any]) -> bool:
    """Whether a function may be handed out: a metric that an exercise asks for is not."""
    try:
        cut_out([function])
    except NotSeparable:
        return False
    return True


# ---- code -----------------------------------------------------------------------------------


def cut_out(functions: Iterable[Callable[..., Any]]) -> str:
    """A module with some functions, what they need of their own modules, and its imports.

    Raises
    ------
    NotSeparable
        When one of them needs the reference or a misconception.
    """
    by_module: dict[str, list[str]] = {}
    for function in functions:
        by_module.setdefault(function.__module__, []).append(function.__name__)
    imports: dict[str, None] = {}
    bodies: list[str] = []
    for module, names in by_module.items():
        if module.startswith(CUT) or module.endswith(".exercises"):
            lines, parts = _needed(module, names)
            imports.update(dict.fromkeys(lines))
            bodies += parts
        else:
            imports |= dict.fromkeys(f"from {module} import {name}" for name in names)
    head = '"""What visible checks need."""\n\nfrom __future__ import annotations\n'
    return "\n\n\n".join(["\n".join([head, *imports]), *bodies]) + "\n"


def _needed(module: str, names: Iterable[str]) -> tuple[list[str], list[str]]:
    """The import lines and the definitions of a module that some of its names need."""
    path = importlib.import_module(module).__file__
    text = Path(str(path)).read_text("utf-8")
    tree = ast.parse(text)
    definitions = {name: node for node in tree.body for name in bound(node)}
    wanted, waiting = set(), list(names)
    while waiting:
        name = waiting.pop()
        if name in definitions and name not in wanted:
            wanted.add(name)
            if not isinstance(definitions[name], (ast.Import, ast.ImportFrom)):
                waiting += [n.id for n in ast.walk(definitions[name]) if isinstance(n, ast.Name)]
    imports: list[str] = []
    bodies: list[str] = []
    for node in tree.body:
        mine = wanted & set(bound(node))
        if not mine:
            continue
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports += _import_lines(module, node, mine)
        else:
            bodies.append(_source(text, node))
    return imports, bodies


def _import_lines(module: str, node: ast.Import | ast.ImportFrom, names: set[str]) -> Iterator[str]:
    for alias in node.names:
        if (alias.asname or alias.name.partition(".")[0]) not in names:
            continue
        source = node.module if isinstance(node, ast.ImportFrom) else None
        if f"{source}.{alias.name}.".startswith("solutions."):
            raise NotSeparable(f"{module} needs {alias.name} of {source} for a visible check.")
        renamed = f" as {alias.asname}" if alias.asname else ""
        line = f"import {alias.name}{renamed}"
        yield f"from {source} {line}" if source else line


def _source(text: str, node: ast.stmt) -> str:
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return "\n".join(text.splitlines()[first - 1 : node.end_lineno])
