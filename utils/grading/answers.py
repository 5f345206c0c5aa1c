"""Find an answer in a notebook: what it is bound to, and the cells that it needs.

Marking gives what *Restart and Run All* gives. A cell of the learner's own that mentions a name on
which the answer depends is run, whole and in order: it may fill a table, register a function, wrap
one. Of a cell that is as it was handed out, what the answer needs is run; a demonstration is not.
A figure, a long fit, a test that somebody deleted costs nobody marks.
"""

from __future__ import annotations

import ast
import difflib
import functools
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from utils.grading import notebooks
from utils.grading.notebooks import ParsedNotebook, Statement, is_stub
from utils.grading.status import Status
from utils.translation import message, translated

# What these change holds for the whole process, whether or not an answer names them.
PROCESS_WIDE = frozenset({"sys", "os", "random", "warnings", "decimal", "threading", "gc"})
# A function under a strange name is compared with at most so many, of names not longer than this.
MAX_STRANGERS, MAX_NAME = 200, 60
# What a learner calls to see whether an answer is right.
CHECK = "check"
# Characters of what an answer cannot do without.
MAX_SOURCE = 50_000


@dataclass(frozen=True)
class SentCell:
    """A cell as a child gets it: the statements to run, and those that are needed for sure."""

    label: str
    source: str
    statements: tuple[int, ...]
    essential: tuple[int, ...] = ()


@dataclass(frozen=True)
class Answer:
    """What a child is sent for one exercise, and what a report says about it."""

    exercise: str
    name: str
    cells: tuple[SentCell, ...]
    code: str
    digest: str
    written: bool
    # Whether it is an import and nothing else, as in the notebook of a later chapter.
    imported: bool = False
    # Earlier exercises that it calls and that the learner has written.
    uses: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    # Topics whose functions it imports.
    imports: tuple[str, ...] = ()
    # What bound its name last, for the sentence when that is no function.
    bound_by: str = ""
    # What it cannot do without: definitions, helpers, imports.
    source: str = ""
    # The cells as they were when it was checked, where one below binds a name anew that it needs.
    as_checked: tuple[SentCell, ...] = ()
    # The note where these earn more: which name, and where.
    bound_anew: str = ""


@dataclass(frozen=True)
class Missing:
    """Why there is no answer to an exercise."""

    status: Status
    why: str


@dataclass(frozen=True)
class HandedOut:
    """The notebooks as they were handed out: cell ids of stubs by name, digests of all cells."""

    stubs: Mapping[str, str] = field(default_factory=dict)
    cells: frozenset[str] = frozenset()


def find(
    book: ParsedNotebook,
    name: str,
    earlier: Sequence[str],
    known: Iterable[str],
    handed_out: HandedOut | None = None,
) -> Answer | Missing:
    """The answer to the exercise ``name``, or why there is none.

    Parameters
    ----------
    earlier : sequence of str
        The exercises before it, whose references may stand in for what the learner wrote.
    known : iterable of str
        All names of exercises: a function under one of these is no renamed answer.
    """
    handed_out = handed_out or HandedOut()
    notes: list[str] = []
    called = name
    if name not in book.binding:
        renamed = _renamed(book, name, set(known), handed_out.stubs.get(name, ""))
        if renamed is None:
            return _why_not(book, name)
        called = renamed
        text = message("Found under the name {called}: marked as {name}.")
        notes.append(translated(text, called=called, name=name))
    return _answer(book, name, called, earlier, notes, handed_out)


def _answer(
    book: ParsedNotebook,
    name: str,
    called: str,
    earlier: Sequence[str],
    notes: list[str],
    handed_out: HandedOut,
) -> Answer:
    bindings = book.binding[called]
    written = [s for s in bindings if not is_stub(s.node) and not isinstance(s.node, ast.Delete)]
    definitions = [s for s in written if s.is_definition]
    if len(definitions) > 1:
        label = book.cells[definitions[-1].cell].label
        count = len(definitions)
        text = message("{name} is defined {n} times: the last, in {cell}, is marked.")
        notes.append(translated(text, name=name, n=count, cell=label))
    needed = _Needed(book, called, handed_out)
    checked, anew = _as_checked(book, called, (definitions or bindings)[-1], needed)
    return Answer(
        name,
        called,
        needed.cells(),
        _code(book, written or bindings[-1:], definitions),
        needed.digest() + (checked.digest() if checked else ""),
        bool(written),
        bool(written) and not _is_written(book, called),
        tuple(e for e in earlier if e != called and e in needed.names and _is_written(book, e)),
        tuple(notes),
        tuple(sorted({t for s in needed.statements for t in notebooks.imported_topics(s.node)})),
        _said_of(book, bindings[-1]),
        needed.source(),
        checked.cells() if checked else (),
        anew,
    )


def _as_checked(
    book: ParsedNotebook, called: str, defined: Statement, needed: _Needed
) -> tuple[_Needed | None, str]:
    """What an answer needed when it was checked, and what a cell below that binds anew.

    A learner sees that her answer passes, and calls a helper of the next one by the same name.
    """
    checks = (s.cell for s in book.reading.get(called, ()) if CHECK in s.reads)
    checked = next((cell for cell in checks if cell >= defined.cell), None)
    last = defined.cell if checked is None else checked
    below = [s for s in needed.statements if s.cell > last]
    if not below or called in frozenset().union(*(s.binds for s in below)):
        return None, ""
    before = _Needed(book.up_to(last), called, needed.handed_out)
    for statement in below:
        for name in sorted(statement.binds & before.names):
            text = (
                message("{name} is bound anew in {cell}: marked as it was in {last}.")
                if checked is None
                else message(
                    "{name} is bound anew in {cell}: marked as it was when it was checked."
                )
            )
            cells = {"cell": book.cells[statement.cell].label, "last": book.cells[last].label}
            return before, translated(text, name=name, **cells)
    return None, ""


def _is_written(book: ParsedNotebook, name: str) -> bool:
    # What an earlier chapter's solution is imported as is no answer to it.
    own = (s for s in book.binding.get(name, []) if not isinstance(s.node, notebooks.IMPORTS))
    return any(not is_stub(s.node) for s in own)


def _code(
    book: ParsedNotebook, written: Sequence[Statement], definitions: Sequence[Statement]
) -> str:
    """The last definition, and what was made of it afterwards."""
    last = definitions[-1:] or written[-1:]
    after = [s for s in written if not s.is_definition and s.cell >= last[0].cell and s is not last]
    shown = sorted({(s.cell, s.position): s for s in [*last, *after]}.items())
    return "\n".join(book.text(statement) for _, statement in shown[:20])[:50_000]


def _said_of(book: ParsedNotebook, last: Statement) -> str:
    line = book.text(last).strip().partition("\n")[0][:80]
    return f"{book.cells[last.cell].label} (`{line}`)"


def _renamed(book: ParsedNotebook, name: str, known: set[str], identity: str) -> str | None:
    """A function of another name in the stub's own cell, or of a very similar name."""
    for statement in book.statements if identity else ():
        node = statement.node
        same_cell = book.cells[statement.cell].identity == identity
        if same_cell and isinstance(node, ast.FunctionDef) and node.name not in known:
            return node.name
    strangers = sorted(f for f in book.functions - known if len(f) <= MAX_NAME)
    near = difflib.get_close_matches(name, strangers[:MAX_STRANGERS], n=1, cutoff=0.85)
    return near[0] if near else None


def _why_not(book: ParsedNotebook, name: str) -> Missing:
    for number, why in book.broken.items():
        if f"def {name}" in book.cells[number].source:
            text = message("{cell}, which defines {name}, is not Python: {why}.")
            said = translated(text, cell=book.cells[number].label, name=name, why=why)
            return Missing(Status.SYNTAX_ERROR, said)
    if label := book.shown_but_not_run(name):
        text = message(
            "{name} stands in {cell}, which is text and is not run: make it a code cell."
        )
        return Missing(Status.NOT_FOUND, translated(text, name=name, cell=label))
    if found := book.under_a_magic(name):
        text = message("{name} stands in {cell}, which is not run: take `{magic}` out of it.")
        said = translated(text, name=name, cell=found[0], magic=found[1])
        return Missing(Status.NOT_FOUND, said)
    said = translated("No cell defines {name}: was its cell deleted?", name=name)
    return Missing(Status.NOT_FOUND, said)


class _Needed:
    """The statements that an answer needs, and those of the learner's own that may matter to it."""

    def __init__(self, book: ParsedNotebook, name: str, handed_out: HandedOut) -> None:
        self.book, self.name, self.handed_out = book, name, handed_out
        everything = [s for s in book.binding.get("*", []) if isinstance(s.node, ast.ImportFrom)]
        self.essential = self._closure([*self._making(name), *everything])
        self.names = frozenset().union(
            {name}, *(s.binds | s.reads for s in self.essential.values())
        )
        self.whole = self._mentioning()
        roots = [*self.essential.values(), *(s for c in self.whole for s in self._of_cell[c])]
        chosen = self._closure(roots)
        # A cell of the learner's own from which something is needed runs whole.
        while more := {c for c, _ in chosen if self._is_own(c)} - self.whole:
            self.whole |= more
            chosen = self._closure([*chosen.values(), *(s for c in more for s in self._of_cell[c])])
        kept = (s for s in chosen.values() if not self._is_dead_stub(s))
        self.statements = sorted(kept, key=lambda s: (s.cell, s.position))

    @functools.cached_property
    def _of_cell(self) -> dict[int, list[Statement]]:
        found: dict[int, list[Statement]] = {}
        for statement in self.book.statements:
            found.setdefault(statement.cell, []).append(statement)
        return found

    def _is_own(self, cell: int) -> bool:
        return self.book.digests[cell] not in self.handed_out.cells

    def _is_dead_stub(self, statement: Statement) -> bool:
        """Whether it is a stub of what is written elsewhere, as where a cell was copied."""
        return is_stub(statement.node) and any(_is_written(self.book, n) for n in statement.binds)

    def _closure(self, roots: Sequence[Statement]) -> dict[tuple[int, int], Statement]:
        """``roots`` and what they read, directly or not.

        A function that is merely defined needs what its definition reads; one that is read by
        somebody may be called, and needs what its body reads.
        """
        found = {(s.cell, s.position): s for s in roots}
        queue = [(s, s.reads if self.name in s.binds else s.reads_now) for s in roots]
        seen: set[str] = {self.name}
        followed: set[tuple[int, int]] = set()
        while queue:
            _, reads = queue.pop()
            for read in reads - seen:
                seen.add(read)
                for statement in self._making(read):
                    place = statement.cell, statement.position
                    found[place] = statement
                    if place not in followed:
                        followed.add(place)
                        queue.append((statement, statement.reads))
        return found

    def _making(self, name: str) -> list[Statement]:
        """The statements by which ``name`` gets its value."""
        binding = self.book.binding.get(name, [])
        once = all(s.is_definition or isinstance(s.node, notebooks.IMPORTS) for s in binding)
        if binding and once and name not in self.book.changing:
            written = [s for s in binding if not is_stub(s.node)]
            return (written or binding)[-1:]
        return binding + self.book.changing.get(name, []) if binding else []

    def _mentioning(self) -> set[int]:
        """The learner's own cells that may change something on which the answer depends."""
        modules = {n for n in self.names if self._is_module(n)}
        touching = {n for n in self.names - modules if n in self.book.binding}
        cells = {
            s.cell
            for name in modules | PROCESS_WIDE
            for s in self.book.changing.get(name, ())
            if name in PROCESS_WIDE or name in s.changes
        }
        queue = list(touching)
        handed_on: set[int] = set()
        while queue:
            name = queue.pop()
            for index in (self.book.reading, self.book.changing, self.book.binding):
                for statement in index.get(name, ()):
                    if not statement.is_definition or name in statement.reads_now:
                        cells.add(statement.cell)
                    if id(statement) not in handed_on:
                        # What reads it may hand it on, under whatever name it binds.
                        handed_on.add(id(statement))
                        queue += (fresh := statement.binds - touching - modules)
                        touching |= fresh
        return {cell for cell in cells if self._is_own(cell)}

    def _is_module(self, name: str) -> bool:
        binding = self.book.binding.get(name, [])
        return bool(binding) and all(isinstance(s.node, notebooks.IMPORTS) for s in binding)

    def cells(self) -> tuple[SentCell, ...]:
        """What is sent to a child, in the notebook's order."""
        kept: dict[int, list[int]] = {}
        for statement in self.statements:
            kept.setdefault(statement.cell, []).append(statement.position)
        return tuple(
            SentCell(
                self.book.cells[number].label,
                self.book.cells[number].source,
                tuple(positions),
                tuple(p for p in positions if (number, p) in self.essential),
            )
            for number, positions in kept.items()
        )

    def source(self) -> str:
        """The statements without which there is no answer, in the notebook's order."""
        kept = (s for _, s in sorted(self.essential.items()) if not self._is_dead_stub(s))
        return "\n".join(map(self.book.text, kept))[:MAX_SOURCE]

    def digest(self) -> str:
        """Changes when a statement that is run does; layout and comments are no change."""
        text = "\n".join(statement.structure for statement in self.statements)
        return hashlib.sha256(f"{self.name}\n{text}".encode("utf-8", "surrogatepass")).hexdigest()
