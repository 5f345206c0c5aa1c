"""Three editions from two sources.

Code has one source, ``solutions/<topic>/reference.py``; prose has one,
``notebooks/NN_<topic>.ipynb``. From them come the stubs in the learner's notebook and the solved
notebook, executed. A cell with one function definition is an exercise; it and the reference's
public function of that name belong together, by name alone.
"""

from __future__ import annotations

import ast
import copy
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from utils.exercise import ROOT

METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
EXECUTION_SECONDS = 300


class BuildError(Exception):
    """Something in a source that keeps the editions from being built; the message says where."""


@dataclass(frozen=True)
class Stale:
    """A derived file that is not what its sources say, and why."""

    path: Path
    why: str

    def __str__(self) -> str:
        return f"{_shown(self.path)}: {self.why}"


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


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
            raise BuildError(f"{_shown(self.path)}: {name} has no docstring; it is the statement.")
        head = self._lines[node.lineno - 1 : node.body[0].end_lineno]
        return "\n".join([*head, f'    raise NotImplementedError("{name} is yours to write")'])

    def solution(self, name: str, shown: set[str]) -> str:
        """The source of ``name``, after the private names that it needs and ``shown`` lacks."""
        wanted = [each for each in self._needs(name) if each not in shown]
        shown.update(wanted)
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
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name, node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            yield node.targets[0].id, node
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            yield node.target.id, node


# ---- the notebooks --------------------------------------------------------------------------


def notebooks() -> list[Path]:
    """The learner's notebooks, in order."""
    return sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def topic(notebook: Path) -> str:
    """``collaborative_filtering`` for ``03_collaborative_filtering.ipynb``."""
    return notebook.stem[3:]


def solved_path(notebook: Path) -> Path:
    """Where the solved edition of a learner's notebook lies."""
    return ROOT / "solutions" / notebook.name


def exercise_name(cell: NotebookNode) -> str | None:
    """The function that a cell defines, when the cell holds nothing else."""
    if cell.cell_type != "code":
        return None
    try:
        body = ast.parse(cell.source).body
    except SyntaxError:
        return None
    return body[0].name if len(body) == 1 and isinstance(body[0], ast.FunctionDef) else None


def learner_edition(notebook: Path) -> NotebookNode:
    """The learner's notebook with its stubs as the reference has them, and without outputs.

    Raises
    ------
    BuildError
        When a public function has no cell, or a cell no public function.
    """
    book = _read(notebook)
    reference = _reference(notebook)
    names = [name for cell in book.cells if (name := exercise_name(cell))]
    _match(notebook, names, reference)
    for cell in book.cells:
        name = exercise_name(cell)
        if name and reference:
            cell.source = reference.stub(name)
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cell.metadata = _tags(cell)
    book.metadata = copy.deepcopy(METADATA)
    return book


def solved_edition(learner: NotebookNode, notebook: Path) -> NotebookNode:
    """The learner's edition with every stub replaced by the reference; not yet executed."""
    book = copy.deepcopy(learner)
    reference = _reference(notebook)
    shown: set[str] = set()
    for cell in book.cells:
        name = exercise_name(cell)
        if name and reference:
            cell.source = reference.solution(name, shown)
    return book


def _tags(cell: NotebookNode) -> dict[str, list[str]]:
    tags = cell.metadata.get("tags")
    return {"tags": list(tags)} if tags else {}


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:
        raise BuildError(f"{_shown(path)} is not a readable notebook ({error}).") from None


def _reference(notebook: Path) -> Reference | None:
    path = ROOT / "solutions" / topic(notebook) / "reference.py"
    return Reference(path) if path.exists() else None


def _match(notebook: Path, cells: list[str], reference: Reference | None) -> None:
    names = reference.names if reference else []
    source = _shown(reference.path) if reference else f"solutions/{topic(notebook)}/reference.py"
    problems = [f"{_shown(notebook)} defines {n} twice" for n in set(cells) if cells.count(n) > 1]
    problems += [
        f"{_shown(notebook)} has a cell that defines {name}, {source} has no such function"
        for name in cells
        if name not in names
    ]
    problems += [
        f"{source} defines {name}, {_shown(notebook)} has no cell for it"
        for name in names
        if name not in cells
    ]
    if problems:
        raise BuildError("; ".join(sorted(problems)) + ": make the names match, one cell each.")


# ---- building -------------------------------------------------------------------------------


def build(force: bool = False, numbers: Sequence[str] = ()) -> list[Path]:
    """Bring every derived notebook up to date, and return those that changed.

    Stored outputs are kept where no code cell changed, unless ``force`` asks for a new execution.

    Parameters
    ----------
    force : bool
        Execute notebooks whose code did not change too.
    numbers : sequence of str
        Only the chapters with these numbers, as in ``03``; all by default.

    Raises
    ------
    BuildError
        Before anything is written, when names and cells do not match; or when a notebook fails.
    """
    chosen = [path for path in notebooks() if not numbers or path.name[:2] in numbers]
    missing = set(numbers) - {path.name[:2] for path in chosen}
    if missing:
        raise BuildError(f"There is no notebook with the number {min(missing)}: see notebooks/.")
    plans = [(notebook, learner_edition(notebook)) for notebook in chosen]
    changed = []
    for notebook, learner in plans:
        solved = solved_edition(learner, notebook)
        stored = _stored(solved_path(notebook))
        if stored is None or force or _code(stored) != _code(solved):
            execute(solved, notebook)
        else:
            _adopt_outputs(solved, stored)
        for path, book in ((notebook, learner), (solved_path(notebook), solved)):
            if _write(path, book):
                changed.append(path)
    return changed


def stale() -> list[Stale]:
    """The derived files that ``course build`` would change.

    Raises
    ------
    BuildError
        When names and cells do not match.
    """
    found = []
    for notebook in notebooks():
        learner = learner_edition(notebook)
        if _text(learner) != notebook.read_text("utf-8"):
            why = f"its stubs or outputs are not what solutions/{topic(notebook)}/reference.py says"
            found.append(Stale(notebook, why))
        path = solved_path(notebook)
        solved, stored = solved_edition(learner, notebook), _stored(path)
        if stored is None:
            found.append(Stale(path, "it has not been built"))
        elif _code(stored) != _code(solved):
            found.append(
                Stale(path, f"its code is not what {_shown(notebook)} and the reference say")
            )
        else:
            _adopt_outputs(solved, stored)
            if _text(solved) != path.read_text("utf-8"):
                found.append(Stale(path, f"its prose is not what {_shown(notebook)} says"))
    return found


def execute(book: NotebookNode, notebook: Path) -> None:
    """Run every cell of ``book`` in a fresh kernel and keep the outputs in it.

    Raises
    ------
    BuildError
        When a cell raises; the message names the notebook and the cell.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    # A solved notebook must not depend on what its builder has passed.
    environment = {key: value for key, value in os.environ.items() if key != "COURSE_PROGRESS"}
    client = NotebookClient(
        book,
        timeout=EXECUTION_SECONDS,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(ROOT / "solutions")}},
    )
    try:
        client.execute(env=environment)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        ansi = re.compile(r"\x1b\[[0-9;]*m")
        lines = [line for line in ansi.sub("", str(error)).splitlines() if line.strip()]
        raise BuildError(f"{_shown(notebook)}, solved, does not run: {lines[-1]}") from None
    for cell in book.cells:
        cell.metadata = _tags(cell)
    book.metadata = copy.deepcopy(METADATA)


def _stored(path: Path) -> NotebookNode | None:
    return _read(path) if path.exists() else None


def _code(book: NotebookNode) -> list[str]:
    return [cell.source for cell in book.cells if cell.cell_type == "code"]


def _adopt_outputs(book: NotebookNode, stored: NotebookNode) -> None:
    olds = (cell for cell in stored.cells if cell.cell_type == "code")
    for cell in book.cells:
        if cell.cell_type == "code":
            old = next(olds)
            cell.outputs, cell.execution_count = old.outputs, old.execution_count


def _text(book: NotebookNode) -> str:
    nbformat.validate(book)
    return nbformat.writes(book, version=4, indent=1) + "\n"


def _write(path: Path, book: NotebookNode) -> bool:
    text = _text(book)
    if path.exists() and path.read_text("utf-8") == text:
        return False
    # Whole or not at all: a stop half-way must not leave half a notebook.
    draft = path.with_suffix(".ipynb.part")
    draft.write_text(text, "utf-8", newline="\n")
    draft.replace(path)
    return True
