"""The one reader of notebooks that somebody else wrote: a file to cells, cells to statements.

Nothing is executed. Time and memory grow with the length of the file and are capped by
`utils.grading.budget`; whatever is odd is said in one sentence.
"""

from __future__ import annotations

import ast
import copy
import functools
import hashlib
import json
import re
import symtable
import sys
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from utils.grading import budget
from utils.translation import message, translated

# A cell under one of these is run without its first line, any other cell magic is left out.
TRANSPARENT = ("time", "capture", "prun")
# What a parser before Python 3.12 says of syntax that is newer.
NEWER = re.compile(
    r"^\s*(type\s+\w+(\[.*\])?\s*=|(async\s+)?def\s+\w+\[|class\s+\w+\[)", re.MULTILINE
)
MAGIC = re.compile(r"^\s*[%!?]|\?\s*$|=\s*[%!]", re.MULTILINE)
NO_FILE = message("it is a link or no file")
# It is outputs that make a notebook so large.
TOO_LARGE = message(
    "it is larger than {n} MB; clear its outputs (Edit > Clear Outputs of All Cells) and save it"
)
IMPORTS = (ast.Import, ast.ImportFrom)
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True)
class Cell:
    """A cell: what it is called in a report, its source, its id in the notebook."""

    label: str
    source: str
    identity: str = ""
    is_code: bool = True


@dataclass(frozen=True)
class Statement:
    """A statement at the top level of a cell, and the names that it is about.

    ``reads`` are looked up when it runs or when what it defines is called, ``reads_now`` when it
    runs; ``changes`` are the names of objects that it may change in place.
    """

    cell: int
    position: int
    node: ast.stmt
    binds: frozenset[str]
    reads: frozenset[str]
    reads_now: frozenset[str]
    changes: frozenset[str]

    @property
    def is_definition(self) -> bool:
        """Whether it does nothing but bind a function or a class."""
        return isinstance(self.node, DEFINITIONS)

    @functools.cached_property
    def structure(self) -> str:
        """Its syntax tree in words: layout and comments change nothing of it."""
        try:
            return ast.dump(self.node)
        except RecursionError:
            return "\n".join(map(_node_in_words, ast.walk(self.node)))


def _node_in_words(node: ast.AST) -> str:
    """A node without those below it, but for how many there are in each place."""
    fields = ((name, getattr(node, name, None)) for name in node._fields)
    told = (
        f"{name}={len(value) if isinstance(value, list) else value!r}"
        for name, value in fields
        if not isinstance(value, ast.AST)
    )
    return f"{type(node).__name__}({', '.join(told)})"


# ---- a file to cells ------------------------------------------------------------------------


def read_notebook(path: Path, prefix: str = "") -> tuple[list[Cell], list[str]]:
    """The cells of a notebook, and what is odd about it.

    Raises
    ------
    ValueError
        When it is no notebook; the message says why.
    """
    if path.is_symlink() or not path.is_file():
        raise ValueError(translated(NO_FILE))
    if path.stat().st_size > budget.MAX_FILE:
        raise ValueError(translated(TOO_LARGE, n=budget.MAX_FILE // budget.MB))
    return cells_of(path.read_bytes(), prefix)


def cells_of(raw: bytes, prefix: str = "") -> tuple[list[Cell], list[str]]:
    """The cells in the bytes of a notebook, and what is odd about it; see `read_notebook`."""
    remarks: list[str] = []
    text = raw.decode("utf-8", "replace")
    if "\ufffd" in text and b"\xef\xbf\xbd" not in raw:
        remarks.append(prefix + translated("Bytes that are not UTF-8 were replaced."))
    try:
        book = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise ValueError(translated("it is not JSON")) from None
    cells = _cells(book)
    if len(cells) > budget.MAX_CELLS:
        raise ValueError(translated("it has more than {n} cells", n=f"{budget.MAX_CELLS:,}"))
    language = _language(book)
    if language != "python":
        text = message("Its kernel is {language}; it was read as Python.")
        remarks.append(prefix + translated(text, language=language))
    found = []
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("cell_type") in ("code", "markdown", "raw"):
            label = prefix + translated("cell {number}", number=number)
            source = _source(cell, label, remarks)
            is_code = cell["cell_type"] == "code"
            if source is not None:
                found.append(Cell(label, source, _identity(cell), is_code))
    if sum(len(cell.source) for cell in found if cell.is_code) > budget.MAX_CODE:
        text = message("it holds more than {n} MB of code")
        raise ValueError(translated(text, n=budget.MAX_CODE // budget.MB))
    return found, remarks


def _cells(book: Any) -> list[Any]:
    if isinstance(book, dict) and isinstance(book.get("worksheets"), list):
        book = _converted(book)
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        raise ValueError(translated("it has no cells"))
    return cells


def _converted(book: dict[str, Any]) -> Any:
    """A notebook of nbformat 3, as Jupyter wrote it until 2015, in today's format."""
    import nbformat

    try:
        with warnings.catch_warnings(action="ignore"):
            return nbformat.convert(nbformat.from_dict(book), 4)
    except Exception:
        raise ValueError(translated("it is of nbformat 3 and cannot be converted")) from None


def _source(cell: dict[str, Any], label: str, remarks: list[str]) -> str | None:
    """The text of a cell, without what no text file can hold."""
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join(line for line in source if isinstance(line, str))
    if not isinstance(source, str):
        remarks.append(translated("{cell} has no text.", cell=label))
        return None
    cleaned = source.replace("\0", "").encode("utf-8", "replace").decode()
    if cleaned != source:
        text = message("{cell}: null bytes or half characters were taken out.")
        remarks.append(translated(text, cell=label))
    return cleaned


def _language(book: dict[str, Any]) -> str:
    metadata = book.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    language = kernel.get("language", "python") if isinstance(kernel, dict) else "python"
    return language.lower()[:40] if isinstance(language, str) else "not named"


# ---- cells to statements --------------------------------------------------------------------


@dataclass
class ParsedNotebook:
    """All cells of a learner, taken apart.

    Raises
    ------
    ValueError
        When there are more statements, or more in them, than anybody writes by hand.
    """

    cells: list[Cell]
    statements: list[Statement] = field(default_factory=list)
    broken: dict[int, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    # Cells that a magic keeps from being run, as they were handed in.
    left_out: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._nodes = 0
        for number, cell in enumerate(self.cells):
            if cell.is_code:
                self._take_apart(number, cell)
        # Whether a cell is as it was handed out goes by these.
        self.digests = [trimmed(cell.source) for cell in self.cells]
        self._look_up()

    def _look_up(self) -> None:
        self.binding = _by_name(self.statements, "binds")
        self.changing = _by_name(self.statements, "changes")
        self.reading = _by_name(self.statements, "reads")

    def _take_apart(self, number: int, cell: Cell) -> None:
        source, left_out = without_magics(cell.source)
        if left_out and not source:
            self.left_out[number] = cell.source
            text = message("{cell} is not run: it begins with a magic (`{magic}`).")
            magic = cell.source.split()[0][:40]
            self.notes.append(translated(text, cell=cell.label, magic=magic))
        elif left_out:
            text = message("{cell}: magics and shell commands are not run ({n}).")
            self.notes.append(translated(text, cell=cell.label, n=left_out))
        self.cells[number] = Cell(cell.label, source, cell.identity)
        try:
            body = parse(source).body
        except Exception as error:
            self.broken[number] = syntax_problem(source, error)
            text = message("{cell} is not Python: {why}.")
            self.notes.append(translated(text, cell=cell.label, why=self.broken[number]))
            return
        if len(self.statements) + len(body) > budget.MAX_STATEMENTS:
            text = message("it holds more than {n} statements")
            raise ValueError(translated(text, n=f"{budget.MAX_STATEMENTS:,}"))
        lines = lines_of(source)
        for position, node in enumerate(body):
            parts = [*ast.walk(node)]
            self._nodes += len(parts)
            if self._nodes > budget.MAX_NODES:
                raise ValueError(translated("its code is longer than anybody writes by hand"))
            self.statements.append(_statement(number, position, node, parts, lines))

    def up_to(self, cell: int) -> ParsedNotebook:
        """The notebook without the statements below a cell."""
        part = copy.copy(self)
        vars(part).pop("functions", None)
        part.statements = [s for s in self.statements if s.cell <= cell]
        part._look_up()
        return part

    @functools.cached_property
    def functions(self) -> set[str]:
        """The names of all functions defined at the top level."""
        return {s.node.name for s in self.statements if isinstance(s.node, ast.FunctionDef)}

    def text(self, statement: Statement) -> str:
        """The lines of a statement, decorators included."""
        return _text(statement.node, lines_of(self.cells[statement.cell].source))

    def shown_but_not_run(self, name: str) -> str | None:
        """The label of a cell of text that defines ``name``."""
        found = (c.label for c in self.cells if not c.is_code and _shows(name, c.source))
        return next(found, None)

    def under_a_magic(self, name: str) -> tuple[str, str] | None:
        """The label of a cell that defines ``name`` and is not run, and the magic that it has."""
        found = (
            (self.cells[number].label, source.split()[0][:40])
            for number, source in self.left_out.items()
            if _shows(name, source)
        )
        return next(found, None)


def _shows(name: str, source: str) -> bool:
    pattern = rf"^\s*(def\s+{re.escape(name)}\s*\(|{re.escape(name)}\s*=)"
    return bool(re.search(pattern, source, re.MULTILINE))


def _by_name(statements: Iterable[Statement], what: str) -> dict[str, list[Statement]]:
    found: dict[str, list[Statement]] = {}
    for statement in statements:
        for name in getattr(statement, what):
            found.setdefault(name, []).append(statement)
    return found


def _identity(cell: dict[str, Any]) -> str:
    """The id of a cell, which Colab keeps in another place."""
    metadata = cell.get("metadata")
    elsewhere = metadata.get("id", "") if isinstance(metadata, dict) else ""
    return str(cell.get("id") or elsewhere)[:64]


@functools.lru_cache(maxsize=1)
def parse(source: str) -> ast.Module:
    """The syntax tree of a source that may be hostile; nobody changes it.

    Raises
    ------
    SyntaxError, ValueError, MemoryError, RecursionError
        When it is not Python, or too large or too deep.
    """
    if len(source) > budget.MAX_CODE:
        raise ValueError("the cell is too long")
    with warnings.catch_warnings(action="ignore"):
        return ast.parse(source)


def without_magics(source: str) -> tuple[str, int]:
    r"""The source as Python, and how many lines of it are no Python and do nothing.

    Examples
    --------
    >>> without_magics("x = 1\n%matplotlib inline")[1]
    1
    >>> without_magics("%%bash\nrm -rf build")
    ('', 2)
    >>> without_magics("%time y = f(2)")
    ('y = f(2)', 0)
    """
    try:
        parse(source)
        return source, 0
    except Exception:
        if len(source) > budget.MAX_MAGIC:
            return source, 0
    first = re.match(r"\s*%%(\w+)[^\n]*\n?", source)
    if first:
        if first[1] not in TRANSPARENT:
            return "", len(lines_of(source))
        # Lines are kept, so that their numbers are those that a learner sees.
        blank = "\n" * first[0].count("\n")
        return without_magics(blank + source[first.end() :])
    source = re.sub(r"^([ \t]*)%time[ \t]+(?=\S)", r"\1", source, flags=re.MULTILINE)
    return _transformed(source)


def _transformed(source: str) -> tuple[str, int]:
    from IPython.core.inputtransformer2 import TransformerManager

    # Each of them has the transformer read the cell once more.
    if len(MAGIC.findall(source)) > budget.MAX_MAGICS:
        return source, 0
    try:
        python = TransformerManager().transform_cell(source)
        parse(python)
    except Exception:
        # Without its magics it is no Python either: they are not what is wrong with it.
        return source, 0
    python = python.removesuffix("\n")
    return python, max(0, python.count("get_ipython()") - source.count("get_ipython()"))


def syntax_problem(source: str, error: Exception) -> str:
    """What keeps a source from being Python, in words."""
    if isinstance(error, (RecursionError, MemoryError)):
        return translated("it is nested too deeply")
    if not isinstance(error, SyntaxError):
        return str(error) or type(error).__name__
    newer = NEWER.search(source) or "f-string" in str(error.msg)
    if newer and sys.version_info < (3, 12):
        return (
            f"{error.msg} (line {error.lineno}); where this is syntax of Python 3.12 or later, "
            f"mark it there, since this is Python {sys.version_info[0]}.{sys.version_info[1]}"
        )
    return translated("{error} (line {line})", error=error.msg, line=error.lineno)


# ---- what a statement is about --------------------------------------------------------------


def _statement(
    cell: int, position: int, node: ast.stmt, parts: Sequence[ast.AST], lines: Sequence[str]
) -> Statement:
    binds: set[str] = set()
    reads: set[str] = set()
    changes: set[str] = set()
    defines = isinstance(node, DEFINITIONS)
    for part in parts:
        if isinstance(part, ast.Name):
            if isinstance(part.ctx, ast.Load):
                reads.add(part.id)
            elif not defines:
                binds.add(part.id)
        elif isinstance(part, ast.Global):
            binds.update(part.names)
        elif not defines and isinstance(part, IMPORTS):
            binds.update((a.asname or a.name).split(".")[0] for a in part.names)
        elif not defines and isinstance(part, DEFINITIONS):
            binds.add(part.name)
        elif not defines and isinstance(part, ast.Expr):
            called = getattr(part.value, "elt", part.value)
            changes.update(_root(called.func) if isinstance(called, ast.Call) else ())
        if isinstance(part, (ast.Attribute, ast.Subscript)) and not isinstance(part.ctx, ast.Load):
            changes.update(_root(part))
    now = reads
    if isinstance(node, DEFINITIONS):
        binds.add(node.name)
        now = _read_when_defined(node)
        reads = _globals_of(_text(node, lines), reads) | now
    names = (unicodedata.normalize("NFKC", name) for name in binds)
    return Statement(
        cell,
        position,
        node,
        *map(frozenset, (names, reads, now, changes)),
    )


def _root(target: ast.AST) -> Iterator[str]:
    """The name of the object that an attribute, an item or a call belongs to."""
    root = target
    while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
        root = root.func if isinstance(root, ast.Call) else root.value
    if isinstance(root, ast.Name) and root is not target:
        yield root.id


def _read_when_defined(node: Any) -> set[str]:
    """The names in decorators, defaults, bases and the body of a class."""
    parts: list[ast.AST] = list(node.decorator_list)
    if isinstance(node, ast.ClassDef):
        parts += [*node.bases, *node.keywords, *node.body]
    else:
        parts += [*node.args.defaults, *(d for d in node.args.kw_defaults if d)]
    return {name.id for part in parts for name in ast.walk(part) if isinstance(name, ast.Name)}


def lines_of(source: str) -> list[str]:
    """The lines of a source as Python counts them; `str.splitlines` knows more ends of a line."""
    return re.split(r"\r\n|\r|\n", source)


def _text(node: ast.stmt, lines: Sequence[str]) -> str:
    first = min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))])
    return "\n".join(lines[first - 1 : node.end_lineno])


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


def is_stub(node: ast.stmt) -> bool:
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


def imported_topics(node: ast.stmt) -> Iterator[str]:
    """The topics in ``from solutions.topic import name`` and its like, in functions too."""
    modules: list[str] = []
    for part in ast.walk(node):
        if isinstance(part, ast.ImportFrom):
            above = part.module or ""
            modules += [above, *(f"{above}.{each.name}" for each in part.names)]
        elif isinstance(part, ast.Import):
            modules += [each.name for each in part.names]
    for package, *rest in (module.split(".") for module in modules):
        if package == "solutions":
            yield from rest[:1]


def trimmed(source: str) -> str:
    """A digest of a cell's source without the space around its lines."""
    text = "\n".join(line.rstrip() for line in source.strip().splitlines())
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
