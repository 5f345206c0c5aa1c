"""The same answer as somebody else would write it: other names, other turns of phrase.

Each change keeps what a function returns. A class is made of few answers; without this, its
answers would be alike to the letter.
"""

from __future__ import annotations

import ast
import random
from collections.abc import Callable

from utils.syntax_trees import copied

WORDS = (
    "res", "out", "tmp", "vals", "arr", "table", "total", "cur", "best", "kept", "base", "part",
    "rows", "cols", "pos", "left", "right", "score", "scores", "item", "items", "near", "idx",
    "keys", "pairs", "mask", "weights", "top", "acc", "data", "step", "block", "line", "found",
    "mine", "others",
)  # fmt: skip
MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
}
# Where names stand in strings, to rename them changes what is computed.
READS_NAMES = frozenset({"locals", "globals", "vars", "eval", "exec", "query", "dir"})


def reworded(node: ast.FunctionDef, rng: random.Random, share: float = 0.5) -> ast.FunctionDef:
    """A copy of a definition in which about ``share`` of what could be said differently is."""
    node = copied(node)
    for change in (_Mirror, _NamedResult, _Loop, _Else):
        node = change(rng, share).visit(node)
    return renamed(ast.fix_missing_locations(node), rng, share)


def renamed(node: ast.FunctionDef, rng: random.Random, share: float = 1.0) -> ast.FunctionDef:
    """A copy with other names for about ``share`` of its variables; parameters keep theirs."""
    node = copied(node)
    used = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
    fixed = {a.arg for a in ast.walk(node) if isinstance(a, ast.arg)}
    for each in ast.walk(node):
        if isinstance(each, (ast.FunctionDef, ast.ClassDef)):
            fixed.add(each.name)
        elif isinstance(each, (ast.Global, ast.Nonlocal)):
            fixed.update(each.names)
        elif isinstance(each, ast.alias):
            fixed.add((each.asname or each.name).partition(".")[0])
        elif isinstance(each, ast.ExceptHandler) and each.name:
            fixed.add(each.name)
        elif isinstance(each, (ast.Name, ast.Attribute)) and _name(each) in READS_NAMES:
            return node
    stored = {n.id for n in ast.walk(node) if isinstance(n, ast.Name) and _is_stored(n)}
    free = [word for word in WORDS if word not in used | fixed]
    rng.shuffle(free)
    own = [name for name in sorted(stored - fixed) if rng.random() < share]
    other = dict(zip(own, free, strict=False))
    for each in ast.walk(node):
        if isinstance(each, ast.Name):
            each.id = other.get(each.id, each.id)
    return node


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _name(node: ast.Name | ast.Attribute) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr


class _Change(ast.NodeTransformer):
    """Something that can be said in two ways."""

    def __init__(self, rng: random.Random, share: float) -> None:
        self.rng, self.share = rng, share

    def happens(self) -> bool:
        return self.rng.random() < self.share

    def in_bodies(self, node: ast.AST, change: Callable[[list[ast.stmt]], list[ast.stmt]]) -> None:
        for field in ("body", "orelse"):
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                setattr(node, field, change(block))


class _Mirror(_Change):
    """``a < b`` is ``b > a``."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if len(node.ops) == 1 and type(node.ops[0]) in MIRRORED and self.happens():
            return ast.Compare(node.comparators[0], [MIRRORED[type(node.ops[0])]()], [node.left])
        return node


class _NamedResult(_Change):
    """``return f(x)`` is ``result = f(x)`` and ``return result``."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
        last = node.body[-1]
        value = last.value if isinstance(last, ast.Return) else None
        is_short = value is None or isinstance(value, (ast.Name, ast.Constant))
        if not is_short and value and "result" not in names and self.happens():
            node.body[-1:] = [
                ast.Assign([ast.Name("result", ast.Store())], value),
                ast.Return(ast.Name("result", ast.Load())),
            ]
        return node


class _Loop(_Change):
    """``xs = [f(x) for x in y]`` is a loop that appends."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.function = node
        for each in ast.walk(node):
            self.in_bodies(each, self._changed)
        return node

    def _changed(self, block: list[ast.stmt]) -> list[ast.stmt]:
        changed: list[ast.stmt] = []
        for statement in block:
            changed += self._written_out(statement) or [statement]
        return changed

    def _written_out(self, statement: ast.stmt) -> list[ast.stmt]:
        if not (
            isinstance(statement, ast.Assign)
            and isinstance(statement.targets[0], ast.Name)
            and isinstance(statement.value, ast.ListComp)
            and len(statement.value.generators) == 1
            and self._stays_inside(statement)
            and self.happens()
        ):
            return []
        name, made = statement.targets[0].id, statement.value
        append = ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load())
        body: list[ast.stmt] = [ast.Expr(ast.Call(append, [made.elt], []))]
        (over,) = made.generators
        for condition in reversed(over.ifs):
            body = [ast.If(condition, body, [])]
        return [
            ast.Assign([ast.Name(name, ast.Store())], ast.List([], ast.Load())),
            ast.For(over.target, over.iter, body, []),
        ]

    def _stays_inside(self, statement: ast.Assign) -> bool:
        """Whether what it binds and what it loops over mean nothing elsewhere in the function."""
        inside = [n for n in ast.walk(statement.value) if isinstance(n, ast.Name)]
        own = {n.id for n in inside if _is_stored(n)}
        everywhere = [n.id for n in ast.walk(self.function) if isinstance(n, ast.Name)]
        everywhere += [a.arg for a in ast.walk(self.function) if isinstance(a, ast.arg)]
        alone = all(everywhere.count(n) == sum(i.id == n for i in inside) for n in own)
        target = statement.targets[0]
        return alone and isinstance(target, ast.Name) and target.id not in {n.id for n in inside}


class _Else(_Change):
    """After ``if x: return y``, what follows may stand in an ``else``."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        for each in ast.walk(node):
            self.in_bodies(each, self._changed)
        return node

    def _changed(self, block: list[ast.stmt]) -> list[ast.stmt]:
        for at, statement in enumerate(block[:-1]):
            if not isinstance(statement, ast.If) or statement.orelse:
                continue
            if isinstance(statement.body[-1], ast.Return) and self.happens():
                statement.orelse = block[at + 1 :]
                return block[: at + 1]
        return block
