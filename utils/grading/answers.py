"""Find an answer in a notebook: the cell that defines it, and the statements that it needs.

Only these statements are run when the answer is marked: a figure, a long fit, a cell with an error
or a test that somebody deleted costs nobody marks. A name means what the last cell that binds it
says, as after "Restart and Run All".
"""

from __future__ import annotations

import ast
import copy
import difflib
import functools
import hashlib
import symtable
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

MAX_SOURCE = 2**20
MAX_STATEMENTS = 20_000


@dataclass(frozen=True)
class Cell:
    """A code cell: what it is called in a report, its source, its id in the notebook."""

    label: str
    source: str
    identity: str = ""


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a cell, and the names that it binds and reads."""

    cell: int
    position: int
    node: ast.stmt
    binds: frozenset[str]
    reads: frozenset[str]
    changes: frozenset[str]

    @functools.cached_property
    def tree(self) -> str:
        """What it says, without layout and comments."""
        try:
            return ast.dump(self.node)
        except RecursionError:
            return repr((self.cell, self.position))


@dataclass(frozen=True)
class Answer:
    """What a child is sent for one exercise, and what a report says about it."""

    exercise: str
    name: str
    cells: tuple[dict[str, Any], ...]
    code: str
    digest: str
    written: bool
    uses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    # Topics whose functions it imports.
    imports: tuple[str, ...] = ()


@dataclass
class Submission:
    """All code cells of a learner, taken apart."""

    cells: list[Cell]
    statements: list[Statement] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        for number, cell in enumerate(self.cells):
            self._take_apart(number, cell)

    def _take_apart(self, number: int, cell: Cell) -> None:
        source, left_out = without_magics(cell.source)
        if left_out:
            self.notes.append(f"{cell.label}: {left_out} not run (magics and shell commands).")
        self.cells[number] = Cell(cell.label, source, cell.identity)
        try:
            for position, node in enumerate(parse(source).body):
                self.statements.append(_statement(number, position, node, source))
        except Exception as error:
            self.broken[number] = _syntax(error)
            self.notes.append(f"{cell.label} is not Python: {self.broken[number]}.")

    @property
    def functions(self) -> set[str]:
        """The names of all functions defined at the top level."""
        return {s.node.name for s in self.statements if isinstance(s.node, ast.FunctionDef)}

    def answer(
        self, name: str, earlier: Sequence[str], known: Iterable[str], identity: str = ""
    ) -> Answer | str:
        """The answer to the exercise ``name``, or the sentence that says why there is none.

        Parameters
        ----------
        earlier : sequence of str
            The exercises before it, whose references may stand in for it.
        known : iterable of str
            All names of exercises: a function under one of these is no renamed answer.
        identity : str
            The id of the stub's cell in the notebook that was handed out.
        """
        notes: list[str] = []
        found = [s for s in self.statements if name in s.binds]
        written = [s for s in found if not _is_stub(s.node)]
        called = name
        if not found:
            renamed = self._renamed(name, set(known), identity)
            if renamed is None:
                return self._why_not(name)
            called, found = renamed, [s for s in self.statements if renamed in s.binds]
            written = [s for s in found if not _is_stub(s.node)]
            notes.append(f"Found under the name {renamed}: marked as {name}.")
        if len(written) > 1:
            label = self.cells[written[-1].cell].label
            notes.append(
                f"{name} is defined {len(written)} times: the last, in {label}, is marked."
            )
        chosen = written[-1] if written else found[-1]
        needed = self._needed(chosen, called)
        reads = frozenset().union(*(s.reads for s in needed))
        return Answer(
            name,
            called,
            self._sent(needed),
            _text(chosen.node, self.cells[chosen.cell].source),
            _digest(needed, called),
            bool(written),
            tuple(each for each in earlier if each in reads and each != called),
            tuple(notes),
            tuple(sorted({topic for s in needed for topic in _imported(s.node)})),
        )

    def _renamed(self, name: str, known: set[str], identity: str) -> str | None:
        """A function of another name in the stub's own cell, or of a very similar name."""
        for statement in self.statements:
            node = statement.node
            same_cell = identity and self.cells[statement.cell].identity == identity
            if same_cell and isinstance(node, ast.FunctionDef) and node.name not in known:
                return node.name
        strangers = sorted(self.functions - known)
        near = difflib.get_close_matches(name, strangers, n=1, cutoff=0.85)
        return near[0] if near else None

    def _why_not(self, name: str) -> str:
        for number, why in self.broken.items():
            if f"def {name}" in self.cells[number].source:
                return f"{self.cells[number].label}, which defines {name}, is not Python: {why}."
        return f"No cell defines {name}: was its cell deleted?"

    def _needed(self, chosen: Statement, name: str) -> list[Statement]:
        """``chosen`` and what it reads, directly or not, in the notebook's order."""
        needed = {id(chosen): chosen}
        for statement in self.statements:
            if isinstance(statement.node, ast.ImportFrom) and "*" in statement.binds:
                needed[id(statement)] = statement
        queue, seen = [chosen], {name}
        while queue:
            for read in queue.pop().reads - seen:
                seen.add(read)
                for statement in self._making(read):
                    if id(statement) not in needed:
                        needed[id(statement)] = statement
                        queue.append(statement)
        return sorted(needed.values(), key=lambda s: (s.cell, s.position))

    def _making(self, name: str) -> list[Statement]:
        """The statements by which ``name`` gets its value."""
        binding = [s for s in self.statements if name in s.binds]
        once = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
        if binding and all(isinstance(s.node, once) for s in binding):
            written = [s for s in binding if not _is_stub(s.node)]
            return (written or binding)[-1:]
        return binding + [s for s in self.statements if name in s.changes] if binding else []

    def _sent(self, needed: Sequence[Statement]) -> tuple[dict[str, Any], ...]:
        kept: dict[int, list[int]] = {}
        for statement in needed:
            kept.setdefault(statement.cell, []).append(statement.position)
        return tuple(
            {
                "label": self.cells[number].label,
                "source": self.cells[number].source,
                "statements": positions,
            }
            for number, positions in kept.items()
        )


def _imported(node: ast.stmt) -> Iterator[str]:
    """The topics in ``from solutions.topic import name`` and its like."""
    modules = []
    if isinstance(node, ast.ImportFrom):
        modules = [node.module or ""]
    elif isinstance(node, ast.Import):
        modules = [each.name for each in node.names]
    for package, *rest in (module.split(".") for module in modules):
        if package == "solutions":
            yield from rest[:1]


def parse(source: str) -> ast.Module:
    """The syntax tree of a source that may be hostile.

    Raises
    ------
    SyntaxError, ValueError, MemoryError, RecursionError
        When it is not Python, or too large or too deep.
    """
    if len(source) > MAX_SOURCE:
        raise ValueError("the cell is too long")
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(source)


def without_magics(source: str) -> tuple[str, str]:
    r"""The source without IPython's magics and shell commands, and what was left out, in words.

    Lines are blanked, not removed, so that line numbers stay.

    Examples
    --------
    >>> without_magics("%matplotlib inline\nx = 1")
    ('\nx = 1', '1 line is')
    >>> without_magics("%%bash\nrm -rf build")
    ('', 'the cell is')
    """
    try:
        parse(source)
        return source, ""
    except Exception:
        lines = source.splitlines()
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].startswith("%%"):
        if not lines[first].startswith(("%%time", "%%capture", "%%prun")):
            return "", "the cell is"
        rest = without_magics("\n".join([*[""] * (first + 1), *lines[first + 1 :]]))
        return rest[0], rest[1] or "1 line is"
    kept = ["" if _is_magic(line) else line for line in lines]
    left_out = sum(a != b for a, b in zip(lines, kept, strict=True))
    try:
        parse("\n".join(kept))
    except Exception:
        # Blanking did not make it Python, so the magics are not what is wrong with it.
        return source, ""
    return "\n".join(kept), f"{left_out} line{' is' if left_out == 1 else 's are'}"


def _is_magic(line: str) -> bool:
    text = line.strip()
    assigned = text.partition("=")[2].lstrip()
    return text.startswith(("%", "!", "?")) or text.endswith("?") or assigned.startswith(("!", "%"))


def _syntax(error: Exception) -> str:
    if isinstance(error, SyntaxError):
        return f"{error.msg} (line {error.lineno})"
    if isinstance(error, (RecursionError, MemoryError)):
        return "it is nested too deeply"
    return str(error) or type(error).__name__


def _statement(cell: int, position: int, node: ast.stmt, source: str) -> Statement:
    binds, reads, changes = set(), set(), set()
    defines = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Load):
                reads.add(part.id)
            elif not defines:
                binds.add(part.id)
        elif isinstance(part, ast.Global):
            binds.update(part.names)
        elif not defines and isinstance(part, (ast.Import, ast.ImportFrom)):
            binds.update((a.asname or a.name).split(".")[0] for a in part.names)
        elif not defines and isinstance(part, (ast.FunctionDef, ast.ClassDef)):
            binds.add(part.name)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        binds.add(node.name)
        reads = _globals_of(_text(node, source), reads)
    changed: list[ast.expr] = []
    if isinstance(node, (ast.Assign, ast.Delete)):
        changed = list(node.targets)
    elif isinstance(node, ast.AugAssign):
        changed = [node.target]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        changed = [node.value.func]
    for target in changed:
        root: ast.AST = target
        while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
            root = root.func if isinstance(root, ast.Call) else root.value
        if isinstance(root, ast.Name) and root is not target:
            changes.add(root.id)
    return Statement(cell, position, node, *map(frozenset, (binds, reads, changes)))


def _text(node: ast.stmt, source: str) -> str:
    """The lines of a statement, decorators included."""
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return "\n".join(source.splitlines()[first - 1 : node.end_lineno])


def _globals_of(definition: str, otherwise: set[str]) -> set[str]:
    """The names that a definition takes from around it: its own variables are not among them."""
    try:
        tables = [symtable.symtable(definition, "answer", "exec")]
    except Exception:
        return otherwise
    found = {s.get_name() for s in tables[0].get_symbols() if s.is_referenced()}
    while tables:
        table = tables.pop()
        tables += table.get_children()
        found |= {s.get_name() for s in table.get_symbols() if s.is_global()}
    return found


def _digest(needed: Sequence[Statement], called: str) -> str:
    """Changes when a statement that an answer needs does; layout and comments are no change."""
    text = "\n".join(statement.tree for statement in needed)
    return hashlib.sha256(f"{called}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()


def _is_stub(node: ast.stmt) -> bool:
    """Whether a function's body is a docstring and a line that raises NotImplementedError."""
    if not isinstance(node, ast.FunctionDef):
        return False
    body = [s for s in node.body if not _is_constant(s)]
    if not body:
        return True
    if len(body) > 1 or not isinstance(body[0], ast.Raise):
        return isinstance(body[0], ast.Pass) and len(body) == 1
    names = {n.id for n in ast.walk(body[0]) if isinstance(n, ast.Name)}
    return names == {"NotImplementedError"}


def _is_constant(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def normal_form(code: str) -> str:
    """The code without comments, docstrings and layout: what a re-grade and a comparison go by."""
    try:
        tree = copy.deepcopy(parse(code))
    except Exception:
        return code
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            kept = [s for s in node.body if not _is_constant(s)]
            node.body = kept or [ast.Pass()]
    return ast.dump(tree)


def definitions(cells: Sequence[Cell]) -> Iterator[tuple[str, str]]:
    """The name and the cell id of every function in a notebook that was handed out."""
    for cell in cells:
        with_errors = without_magics(cell.source)[0]
        try:
            body = parse(with_errors).body
        except Exception:
            continue
        for node in body:
            if isinstance(node, ast.FunctionDef):
                yield node.name, cell.identity
