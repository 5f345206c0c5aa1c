"""The two sources of an edition: the text of a reference, and the learner's notebook.

Code has one source, ``solutions/<topic>/reference.py``; prose has one,
``notebooks/NN_<topic>.ipynb``. A cell with one function definition is an exercise; it and the
reference's public function of that name belong together, by name alone.
"""

from __future__ import annotations

import ast
import copy
import functools
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from utils import catalogue
from utils.catalogue import Chapter
from utils.refused import Refused

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


class BuildError(Refused):
    """Something in a source that keeps the editions from being built; the message says where."""


def shown(path: Path) -> str:
    """A path as a message names it."""
    root = catalogue.ROOT
    return str(path.relative_to(root)) if path.is_relative_to(root) else str(path)


# ---- the reference --------------------------------------------------------------------------


class Reference:
    """The source text of a topic's reference, function by function."""

    def __init__(self, path: Path) -> None:
        self.path = path
        text = path.read_text("utf-8")
        self._lines = text.splitlines()
        self._nodes = dict(_definitions(ast.parse(text)))

    @property
    def names(self) -> list[str]:
        """The public functions, in their order."""
        return [
            name
            for name, node in self._nodes.items()
            if isinstance(node, ast.FunctionDef) and not name.startswith("_")
        ]

    def stub(self, name: str) -> str:
        """The signature and the docstring of ``name``, and a line that raises."""
        node = self._nodes[name]
        assert isinstance(node, ast.FunctionDef)
        if ast.get_docstring(node) is None:
            raise BuildError(f"{shown(self.path)}: {name} has no docstring; it is the statement.")
        head = self._lines[node.lineno - 1 : node.body[0].end_lineno]
        return "\n".join([*head, f'    raise NotImplementedError("{name} is yours to write")'])

    def solution(self, name: str, printed: set[str]) -> str:
        """The source of ``name``, after the private names that it needs, each printed once."""
        wanted = [each for each in self._needs(name) if each not in printed]
        printed.update(wanted)
        return "\n\n\n".join(self._source(each) for each in wanted)

    def _needs(self, name: str) -> list[str]:
        """``name`` and the private names that it uses, directly or not, in the file's order."""
        needed, queue = {name}, [name]
        while queue:
            for node in ast.walk(self._nodes[queue.pop()]):
                used = node.id if isinstance(node, ast.Name) else ""
                if used.startswith("_") and used in self._nodes and used not in needed:
                    needed.add(used)
                    queue.append(used)
        return [each for each in self._nodes if each in needed]

    def _source(self, name: str) -> str:
        node = self._nodes[name]
        first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
        return "\n".join(self._lines[first - 1 : node.end_lineno])


def _definitions(module: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    for node in module.body:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((name, node) for name in bound(node))


def bound(node: ast.stmt) -> Iterator[str]:
    """The names that a statement of a module binds: of definitions, imports and assignments.

    Examples
    --------
    >>> [*bound(ast.parse("a, b = c").body[0]), *bound(ast.parse("import d.e as f").body[0])]
    ['a', 'b', 'f']
    """
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.Import, ast.ImportFrom)):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, (ast.Assign, ast.AnnAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (
            each.id
            for target in targets
            for each in ast.walk(target)
            if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)
        )


# ---- the notebooks --------------------------------------------------------------------------


def exercise_name(cell: NotebookNode) -> str | None:
    """The function that a cell defines, when the cell holds nothing else."""
    return _only_function(cell.source) if cell.cell_type == "code" else None


@functools.cache
def _only_function(code: str) -> str | None:
    try:
        body = ast.parse(code).body
    except SyntaxError:
        return None
    return body[0].name if len(body) == 1 and isinstance(body[0], ast.FunctionDef) else None


def learner_edition(chapter: Chapter) -> NotebookNode:
    """The learner's notebook with its stubs as the reference has them, and without outputs.

    Raises
    ------
    BuildError
        When a public function has no cell, or a cell no public function.
    """
    book = read(chapter.notebook)
    reference = reference_of(chapter)
    names = [name for cell in book.cells if (name := exercise_name(cell))]
    _match(chapter, names, reference)
    for cell in book.cells:
        name = exercise_name(cell)
        if name and reference:
            cell.source = reference.stub(name)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cell.metadata = tags(cell)
    book.metadata = copy.deepcopy(METADATA)
    return book


def solved_edition(learner: NotebookNode, chapter: Chapter) -> NotebookNode:
    """The learner's edition with every stub replaced by the reference; not yet executed."""
    book = copy.deepcopy(learner)
    reference = reference_of(chapter)
    printed: set[str] = set()
    for cell in book.cells:
        name = exercise_name(cell)
        if name and reference:
            cell.source = reference.solution(name, printed)
    return book


def tags(cell: NotebookNode) -> dict[str, list[str]]:
    """All of a cell's metadata that an edition keeps."""
    found = cell.metadata.get("tags")
    return {"tags": list(found)} if found else {}


def read(path: Path) -> NotebookNode:
    """A notebook of ours.

    Raises
    ------
    BuildError
        When it cannot be read.
    """
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise BuildError(f"{shown(path)} is not a readable notebook ({error}).") from None


def text(book: NotebookNode) -> str:
    """A notebook as it is stored."""
    nbformat.validate(book)
    # `nbformat.writes` would validate it again, and go on with what is not valid.
    return str(nbformat.v4.writes(book, indent=1)) + "\n"


def reference_of(chapter: Chapter) -> Reference | None:
    """The reference of a chapter that has one."""
    path = chapter.reference
    return _reference(path, path.stat().st_mtime_ns) if path.exists() else None


@functools.lru_cache(maxsize=32)
def _reference(path: Path, modified: int) -> Reference:
    return Reference(path)


def _match(chapter: Chapter, cells: list[str], reference: Reference | None) -> None:
    names = reference.names if reference else []
    source, notebook = shown(chapter.reference), shown(chapter.notebook)
    problems = [f"{notebook} defines {n} twice" for n in set(cells) if cells.count(n) > 1]
    problems += [
        f"{notebook} has a cell that defines {name}, {source} has no such function"
        for name in cells
        if name not in names
    ]
    problems += [
        f"{source} defines {name}, {notebook} has no cell for it"
        for name in names
        if name not in cells
    ]
    if problems:
        raise BuildError("; ".join(sorted(problems)) + ": make the names match, one cell each.")
