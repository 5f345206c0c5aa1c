"""Mutants of a reference: each differs from it by one small change, and a good check notices.

The changes are those that make a bright person's answer wrong: another operator or comparison, a
constant off by one, a dropped line, swapped arguments, another axis, a guard left out, a copy not
made. A mutant that every call of an exercise accepts has survived: either the draws are too kind,
or the change changes nothing, which somebody has to say.
"""

from __future__ import annotations

import ast
import functools
import itertools
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from types import FrameType, ModuleType
from typing import Any, cast

from utils import catalogue
from utils.execution.runner import Runner
from utils.exercises import query_mutation
from utils.exercises.attempt import sheet
from utils.exercises.model import Exercise
from utils.exercises.query import WriteTheQuery
from utils.syntax_trees import copied

SWAPPED_OPERATORS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult, ast.FloorDiv),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,),
    ast.BitOr: (ast.BitAnd,),
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
SWAPPED_NAMES = {
    "min": "max",
    "max": "min",
    "minimum": "maximum",
    "maximum": "minimum",
    "argmin": "argmax",
    "argmax": "argmin",
    "any": "all",
    "all": "any",
    "mean": "median",
    "median": "mean",
    "sum": "mean",
    "nansum": "sum",
    "nanmean": "mean",
    "cumsum": "cumprod",
    "floor": "ceil",
    "ceil": "floor",
    "log": "log2",
    "log1p": "log",
    "expm1": "exp",
    "size": "count",
    "nunique": "count",
    "unique": "sort",
    "isfinite": "isreal",
    "sorted": "list",
    "ffill": "bfill",
}
SWAPPED_WORDS = {"stable": "quicksort", "left": "right", "right": "left", "first": "last"}
# Whose removal leaves the value itself.
TRANSPARENT = {"int", "float", "round", "abs", "sorted", "set", "unique", "copy", "astype"}
TRANSPARENT |= {"asarray", "fillna", "dropna", "drop_duplicates", "clip", "sort_index"}
TRANSPARENT |= {"sort_values", "reindex", "nan_to_num", "deepcopy", "floor", "ceil"}
SECONDS = 3


@dataclass(frozen=True)
class Mutant:
    """One change: the function it is in, its line, and what was changed, in words."""

    function: str
    line: str
    change: str
    tree: ast.Module

    @property
    def identity(self) -> str:
        """What it is known by, as long as the line stays."""
        return f"{self.function}: {self.line} | {self.change}"


def mutants(topic: str, name: str) -> Iterator[Mutant]:
    """Every mutant of an exercise's reference and of the private functions that it needs."""
    yield from of_source(catalogue.reference_text(topic), name)


def of_source(text: str, name: str) -> Iterator[Mutant]:
    """Every mutant of a function in a module's text, each with an identity of its own."""
    tree = ast.parse(text)
    return _told_apart(
        mutant for function in _needed(tree, name) for mutant in _of_function(tree, function)
    )


def _told_apart(found: Iterable[Mutant]) -> Iterator[Mutant]:
    """The mutants, numbered where the same change is possible several times in equal lines."""
    times: Counter[str] = Counter()
    for mutant in found:
        times[mutant.identity] += 1
        number = times[mutant.identity]
        change = f"{mutant.change} ({number})" if number > 1 else mutant.change
        yield replace(mutant, change=change)


def survivors(topic: str, name: str, seeds: Sequence[int] = (0, 1)) -> tuple[list[Mutant], int]:
    """The mutants that an exercise accepts, and how many were tried.

    Parameters
    ----------
    seeds : sequence of int
        A mutant is noticed when it is wrong on one of them: a class is marked on one seed, but
        never on the same one twice.
    """
    task = catalogue.load(topic)[name]
    tried, alive = 0, []
    for mutant in of_query(task) if isinstance(task, WriteTheQuery) else mutants(topic, name):
        tried += 1
        implementation = build(topic, mutant, name)
        if implementation is None or not any(noticed(task, implementation, s) for s in seeds):
            alive += [mutant] if implementation else []
    return alive, tried


def of_query(task: WriteTheQuery) -> Iterator[Mutant]:
    """Every mutant of the query that a reference returns, each with an identity of its own."""
    return _told_apart(
        Mutant(task.name, line, words, ast.parse(f"def {task.name}():\n    return {query!r}"))
        for line, words, query in query_mutation.mutants(task.reference())
    )


def build(topic: str, mutant: Mutant, name: str) -> Callable[..., Any] | None:
    """The mutated function; None where the module no longer loads, which anybody notices."""
    module = ModuleType(f"solutions.{topic}.mutant")
    module.__package__ = f"solutions.{topic}"
    try:
        exec(compile(mutant.tree, f"<mutant of {topic}>", "exec"), vars(module))
    except Exception:
        return None
    return vars(module).get(name)


def noticed(task: Exercise, implementation: Callable[..., Any], seed: int) -> bool:
    """Whether a call goes wrong, changes its arguments or takes too long; none is made after it."""
    asked = sheet(task, seed)
    run = Runner(implementation, task.adapter, task.implementations)
    for case in asked.cases:
        outcome = _limited(run, case.args)
        if outcome is None or outcome.after is not None:
            return True
        if not task.is_right(asked, case, outcome):
            return True
    return False


class _TooLong(BaseException):
    """A mutant that does not come back."""


def _limited(run: Runner, args: tuple[Any, ...]) -> Any:
    """What a call does; None where it takes too long."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(SECONDS)
    try:
        outcome = run(args)
    except _TooLong:
        return None
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    return None if outcome.failed_by == _TooLong.__name__ else outcome


# ---- making mutants -------------------------------------------------------------------------


def _needed(tree: ast.Module, name: str) -> list[str]:
    """The function, and the private ones that it calls, directly or not."""
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    needed, queue = {name}, [name]
    while queue:
        for node in ast.walk(functions[queue.pop()]):
            used = node.id if isinstance(node, ast.Name) else ""
            if used.startswith("_") and used in functions and used not in needed:
                needed.add(used)
                queue.append(used)
    return [each for each in functions if each in needed]


@dataclass(frozen=True)
class Place:
    """A node of a function, the statement that it is part of, and where it hangs."""

    statement: ast.AST
    parent: ast.AST
    field: str
    index: int | None
    node: ast.AST


def _of_function(tree: ast.Module, name: str) -> Iterator[Mutant]:
    (at,) = (i for i, node in enumerate(tree.body) if getattr(node, "name", "") == name)
    original = cast(ast.FunctionDef, tree.body[at])
    seen = set()
    for which, there in enumerate(_places(original)):
        line = " ".join(ast.unparse(there.statement).splitlines()[0].split())[:120]
        for number, (words, _) in enumerate(_changes(there.node, there.field)):
            function = copied(original)
            place = next(itertools.islice(_places(function), which, None))
            _, new = list(_changes(place.node, place.field))[number]
            _replace(place, new)
            text = ast.dump(function)
            if text not in seen:
                seen.add(text)
                body = [*tree.body[:at], ast.fix_missing_locations(function), *tree.body[at + 1 :]]
                yield Mutant(name, line, words, ast.Module(body, type_ignores=[]))


def _places(function: ast.FunctionDef) -> Iterator[Place]:
    """Every node below a function's body and its defaults; annotations and docstring apart."""
    start = 0 if ast.get_docstring(function) is None else 1
    for index, statement in enumerate(function.body[start:], start):
        yield Place(statement, function, "body", index, statement)
        yield from _below(statement, statement)
    for index, default in enumerate(function.args.defaults):
        yield Place(function, function.args, "defaults", index, default)


def _below(node: ast.AST, statement: ast.AST) -> Iterator[Place]:
    # The statement is handed down, since the parser uses one node for all equal operators.
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "ctx"):
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if isinstance(child, ast.AST):
                inner = child if isinstance(child, ast.stmt) else statement
                yield Place(inner, node, field, index, child)
                yield from _below(child, inner)


def _replace(place: Place, new: ast.AST) -> None:
    if place.index is None:
        setattr(place.parent, place.field, new)
    else:
        getattr(place.parent, place.field)[place.index] = new


def _changes(node: ast.AST, field: str) -> Iterator[tuple[str, Any]]:
    """What a node may be replaced by, in words and as a node."""
    for other in SWAPPED_OPERATORS.get(type(node), ()):
        yield f"{type(node).__name__} becomes {other.__name__}", other()
    if isinstance(node, ast.Constant):
        yield from _constants(node)
    elif isinstance(node, (ast.Expr, ast.Assign, ast.AugAssign, ast.If, ast.For, ast.Raise)):
        yield "left out", ast.Pass()
    elif isinstance(node, ast.UnaryOp):
        yield f"without {type(node.op).__name__}", node.operand
    elif isinstance(node, ast.Attribute) and node.attr in SWAPPED_NAMES:
        yield f"{node.attr} becomes {SWAPPED_NAMES[node.attr]}", _renamed(node, "attr")
    elif isinstance(node, ast.Name) and node.id in SWAPPED_NAMES and field == "func":
        yield f"{node.id} becomes {SWAPPED_NAMES[node.id]}", _renamed(node, "id")
    elif isinstance(node, ast.Call):
        yield from _calls(node)
    elif isinstance(node, ast.IfExp):
        yield "the condition holds", node.body
        yield "the condition fails", node.orelse
    if field == "test" and isinstance(node, ast.expr):
        for value in (True, False):
            yield f"the condition is {value}", ast.Constant(value)
    if field == "upper" and isinstance(node, ast.expr):
        one = ast.Constant(1)
        yield "the end one later", ast.BinOp(copied(node), ast.Add(), one)


def _constants(node: ast.Constant) -> Iterator[tuple[str, Any]]:
    value = node.value
    if isinstance(value, bool):
        yield f"{value} becomes {not value}", ast.Constant(not value)
    elif isinstance(value, (int, float)):
        for other in (value + 1, value - 1):
            yield f"{value} becomes {other}", ast.Constant(other)
    elif isinstance(value, str) and value in SWAPPED_WORDS:
        yield f"{value} becomes {SWAPPED_WORDS[value]}", ast.Constant(SWAPPED_WORDS[value])


def _renamed(node: Any, field: str) -> Any:
    other = copied(node)
    setattr(other, field, SWAPPED_NAMES[getattr(node, field)])
    return other


def _calls(node: ast.Call) -> Iterator[tuple[str, Any]]:
    called = (
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    )
    if called in TRANSPARENT:
        own = node.func.value if isinstance(node.func, ast.Attribute) else None
        is_module = isinstance(own, ast.Name) and own.id in ("np", "pd", "math", "copy", "sparse")
        inner = node.args[0] if node.args and (own is None or is_module) else own
        if inner is not None and not (is_module and not node.args):
            yield f"without {called}", inner
    if len(node.args) >= 2 and not any(isinstance(a, ast.Starred) for a in node.args):
        other = copied(node)
        other.args[0], other.args[1] = other.args[1], other.args[0]
        yield f"the first two arguments of {called} swapped", other
    for i, keyword in enumerate(node.keywords):
        if keyword.arg:
            other = copied(node)
            del other.keywords[i]
            yield f"{called} without {keyword.arg}", other


@functools.cache
def reasons(topic: str) -> dict[str, str]:
    """Why a mutant of a topic is equivalent to the reference, by its identity."""
    import yaml

    path = catalogue.ROOT / "tests" / "equivalent_mutants" / f"{topic}.yaml"
    return yaml.safe_load(path.read_text("utf-8")) or {} if path.exists() else {}
