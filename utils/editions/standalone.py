"""One function of a module as somebody would write it into a single cell.

Known wrong answers and right answers stand in modules, beside helpers and constants, and call the
reference. Here such a function becomes one definition: what it needs is nested in it, and the
imports are told apart.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from pathlib import Path

from utils import catalogue
from utils.editions.source import bound
from utils.syntax_trees import copied

# What a name in a module refers to: the file of the module that defines it, and its name there.
Place = tuple[Path, str]


@dataclass(frozen=True)
class Standalone:
    """A definition that needs nothing but the imports beside it."""

    imports: tuple[str, ...]
    node: ast.FunctionDef


class NotStandalone(ValueError):
    """A function that cannot be taken out of its module; the message says why."""


def extract(path: Path, name: str, called: str) -> Standalone:
    """The function ``name`` of a module, under the name ``called``.

    Raises
    ------
    NotStandalone
        When the module does not define it by ``def``.
    """
    node = _module(path).nodes.get(name)
    if not isinstance(node, ast.FunctionDef):
        raise NotStandalone(f"{path.name} has no `def {name}`.")
    needed, imports = _needed((path, name))
    new_names = _new_names(needed, called)
    definition = _rewritten(path, node, {**new_names, (path, name): called})
    assert isinstance(definition, ast.FunctionDef)
    definition.name = called
    if ast.get_docstring(definition) is not None:
        del definition.body[0]
    definition.body = [*_nested(needed, new_names), *(definition.body or [ast.Pass()])]
    return Standalone(tuple(imports), definition)


def expression(path: Path, node: ast.expr) -> tuple[tuple[str, ...], str]:
    """Imports and definitions that an expression in a module needs, and the expression.

    The definitions precede it in the text, so that it is what ``eval`` of the last line gives.
    """
    needed, imports = _closure(path, node)
    new_names = _new_names(needed, "")
    before = map(ast.unparse, _nested(needed, new_names))
    return (*imports, *before), ast.unparse(_rewritten(path, node, new_names))


def _nested(needed: list[Place], new_names: dict[Place, str]) -> list[ast.stmt]:
    found = [_rewritten(file, _module(file).nodes[own], new_names) for file, own in needed]
    return [node for node in found if isinstance(node, ast.stmt)]


def files_needed(path: Path, node: ast.AST) -> set[Path]:
    """The modules of ours from which something would come along."""
    return {file for file, _ in _closure(path, node)[0]}


# ---- a module -------------------------------------------------------------------------------


class _Module:
    """What the names in a module mean."""

    def __init__(self, path: Path) -> None:
        self.nodes: dict[str, ast.stmt] = {}
        self.imports: dict[str, str] = {}
        self.aliases: dict[str, Path] = {}
        self.borrowed: dict[str, Place] = {}
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                self._import(node, catalogue.ROOT)
            else:
                self.nodes.update((name, node) for name in bound(node))

    def _import(self, node: ast.Import | ast.ImportFrom, root: Path) -> None:
        """Learn what the names of an import are, ours told from others'."""
        for alias in node.names:
            bound = (alias.asname or alias.name).partition(".")[0]
            one = copied(node)
            one.names = [alias]
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("solutions."):
                folder = root.joinpath(*(node.module or "").split("."))
                if (module := folder / f"{alias.name}.py").exists():
                    self.aliases[bound] = module
                    continue
                if folder.with_suffix(".py").exists():
                    self.borrowed[bound] = folder.with_suffix(".py"), alias.name
                    continue
            if getattr(node, "module", "") != "__future__":
                self.imports[bound] = ast.unparse(one)

    def place(self, path: Path, node: ast.AST) -> Place | None:
        """What a node refers to, where that is something of ours."""
        if isinstance(node, ast.Name):
            if node.id in self.borrowed:
                return self.borrowed[node.id]
            return (path, node.id) if node.id in self.nodes else None
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in self.aliases
        ):
            return self.aliases[node.value.id], node.attr
        return None


@functools.cache
def _module(path: Path) -> _Module:
    return _Module(path)


# ---- what is needed -------------------------------------------------------------------------


def _needed(start: Place) -> tuple[list[Place], list[str]]:
    path, name = start
    needed, imports = _closure(path, _module(path).nodes[name])
    return [place for place in needed if place != start], imports


def _closure(path: Path, node: ast.AST) -> tuple[list[Place], list[str]]:
    """Whatever of ours a node needs, in the order of its files, and the imports of all of it."""
    found: set[Place] = set()
    imports: dict[str, None] = {}
    queue: list[tuple[Path, ast.AST]] = [(path, node)]
    while queue:
        file, current = queue.pop()
        module = _module(file)
        for each in ast.walk(_without_annotations(current)):
            place = module.place(file, each)
            if place and place not in found:
                if place[1] not in _module(place[0]).nodes:
                    # The name comes from somewhere else still: follow it there.
                    place = _module(place[0]).borrowed.get(place[1])
                    if place is None:
                        raise NotStandalone(f"{file.name} needs what is not defined by a name.")
                found.add(place)
                queue.append((place[0], _module(place[0]).nodes[place[1]]))
            elif isinstance(each, ast.Name) and each.id in module.imports and not place:
                imports[module.imports[each.id]] = None
    order = {p: (p.name != "reference.py", str(p)) for p, _ in found}
    position = {(p, n): (*order[p], _module(p).nodes[n].lineno) for p, n in found}
    return sorted(found, key=position.__getitem__), sorted(imports)


def _new_names(needed: list[Place], taken: str) -> dict[Place, str]:
    """A name for each; two of the same name in different modules are told apart."""
    names: dict[Place, str] = {}
    for place in needed:
        name = place[1]
        while name in names.values() or name == taken:
            name += "_"
        names[place] = name
    return names


class _Rewriter(ast.NodeTransformer):
    def __init__(self, path: Path, new_names: dict[Place, str]) -> None:
        self.path, self.new_names = path, new_names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        place = _module(self.path).place(self.path, node)
        return ast.Name(self.new_names[place], node.ctx) if place in self.new_names else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        place = _module(self.path).place(self.path, node)
        if place in self.new_names:
            return ast.Name(self.new_names[place], node.ctx)
        return self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.name = self.new_names.get((self.path, node.name), node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        node.name = self.new_names.get((self.path, node.name), node.name)
        return self.generic_visit(node)


def _rewritten(path: Path, node: ast.AST, new_names: dict[Place, str]) -> ast.AST:
    return _Rewriter(path, new_names).visit(copied(_without_annotations(node)))


class _Bare(ast.NodeTransformer):
    """Takes annotations away: a cell evaluates them, where the module did not."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        # A dataclass lives by them.
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        if node.value is None:
            return ast.Pass()
        return ast.fix_missing_locations(
            ast.copy_location(ast.Assign([node.target], self.visit(node.value)), node)
        )


@functools.cache
def _without_annotations(node: ast.AST) -> ast.AST:
    """A copy that others see too: to be read, or copied."""
    return _Bare().visit(copied(node))
