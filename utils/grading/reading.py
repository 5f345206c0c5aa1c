"""Read what a learner handed in, in a process with limits: notebooks to answers.

A parser may be made to hang or to fill the memory, and no list of what to look for is complete. So
whatever reads a submission runs in a limited process: at its limit that submission is unreadable,
with one sentence, and the next one is read.
"""

from __future__ import annotations

import contextlib
import functools
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from utils import catalogue, files
from utils.grading import answers, budget, free_text, notebooks
from utils.grading.answers import Answer, HandedOut, Missing, SentCell
from utils.grading.handed_in import File
from utils.grading.limited_process import LimitedProcess, Overrun
from utils.grading.notebooks import ParsedNotebook
from utils.grading.status import Status
from utils.grading.submissions import Submission
from utils.translation import first_of, message, translated

# What an answer is worth that somebody wrote, under the name of the exercise.
WRITTEN = 4
# Imported by the fork server when a submission names them, so that no child has to.
LIBRARIES = (
    "scipy.stats",
    "scipy.optimize",
    "sklearn.linear_model",
    "sklearn.ensemble",
    "sklearn.metrics",
    "statsmodels.api",
    "duckdb",
    "matplotlib.pyplot",
)

Found = Answer | Missing


@dataclass
class Reading:
    """What was found in one submission."""

    notes: list[str] = field(default_factory=list)
    # Names of exercises that it defines.
    written: frozenset[str] = frozenset()
    libraries: tuple[str, ...] = ()
    # By topic: its exercises in order.
    answers: dict[str, list[Found]] = field(default_factory=dict)
    # By question, as in ``segmentation_case.memo``: answers in prose.
    texts: dict[str, str] = field(default_factory=dict)
    problem: str = ""


class Reader:
    """Reads submissions one after the other."""

    def __init__(self) -> None:
        # Here, so that a process which takes the place of one that was ended has it too.
        _handed_out()
        self._process = LimitedProcess(_answered, budget.READ_MB)

    def read(self, submission: Submission, topics: Sequence[str] | None) -> Reading:
        """The answers of a submission to the exercises of ``topics``.

        Without ``topics``, those of which it defines half of the exercises or more.
        """
        if not submission.files:
            return Reading()
        sent = [asdict(file) for file in submission.files]
        request = json.dumps({"files": sent, "topics": topics}, default=str).encode()
        try:
            said = json.loads(self._process(request, budget.READ_SECONDS))
        except Overrun as overrun:
            why = (
                translated("What was handed in takes too much time to read.")
                if overrun.what == "time"
                else translated("What was handed in takes too much memory to read.")
            )
            return Reading(problem=why, notes=[why])
        found = {topic: [*map(_found, each)] for topic, each in said["answers"].items()}
        return Reading(
            said["notes"],
            frozenset(said["written"]),
            tuple(said["libraries"]),
            found,
            said["texts"],
            said["problem"],
        )

    def close(self) -> None:
        """End the process."""
        self._process.close()


def _found(told: dict[str, Any]) -> Found:
    if "status" in told:
        return Missing(Status(told["status"]), told["why"])
    cells, as_checked = _cells(told.pop("cells")), _cells(told.pop("as_checked"))
    told = {name: tuple(v) if isinstance(v, list) else v for name, v in told.items()}
    return Answer(cells=cells, as_checked=as_checked, **told)


def _cells(told: list[dict[str, Any]]) -> tuple[SentCell, ...]:
    return tuple(
        SentCell(c["label"], c["source"], tuple(c["statements"]), tuple(c["essential"]))
        for c in told
    )


# ---- in the limited process ----------------------------------------------------------------


def _answered(request: bytes) -> bytes:
    told = json.loads(request)
    handed_in = [File(**each) for each in told["files"]]
    notes: list[str] = []
    books: list[ParsedNotebook] = []
    read: list[File] = []
    unread: list[str] = []
    for file in handed_in:
        prefix = f"{file.stem} " if len(handed_in) > 1 else ""
        try:
            cells, remarks = notebooks.cells_of(file.content(), prefix)
            books.append(ParsedNotebook(cells))
            read.append(file)
            notes += [*remarks, *books[-1].notes]
        except Exception as error:
            deep = translated("its code is nested too deeply")
            why = str(error) if isinstance(error, ValueError) else deep
            text = message("{file} cannot be read: {why}.")
            unread.append(translated(text, file=file.name, why=why))
    names = set().union(*(book.functions | book.binding.keys() for book in books))
    known = frozenset().union(*map(catalogue.defined, catalogue.topics()))
    topics = told["topics"]
    if topics is None:
        topics = [t for t in catalogue.topics() if _half_written(t, names)]
    answered = {topic: _answers(books, read, topic, known) for topic in topics}
    handed_out = _handed_out()
    reply = {
        "notes": [note[:300] for note in [*notes, *unread][:50]],
        "written": sorted(names & known),
        "libraries": _libraries(books),
        "answers": answered,
        "texts": {
            f"{topic}.{name}": text
            for topic in topics
            for name, text in free_text.answers(books, topic, handed_out.cells).items()
        },
        "problem": unread[0] if unread and not books else "",
    }
    return json.dumps(reply, default=vars).encode()


def _half_written(topic: str, names: set[str]) -> bool:
    mine = catalogue.load(topic) if names & catalogue.defined(topic) else {}
    return bool(mine) and 2 * len(names & set(mine)) >= len(mine)


def _libraries(books: Sequence[ParsedNotebook]) -> list[str]:
    words = set().union(
        *(re.findall(r"\w+", c.source) for book in books for c in book.cells if c.is_code)
    )
    return [each for each in LIBRARIES if words.issuperset(each.split("."))]


def _answers(
    books: Sequence[ParsedNotebook], read: Sequence[File], topic: str, known: frozenset[str]
) -> list[Found]:
    stem = catalogue.chapter(topic).stem
    # The notebook that is called as it was handed out comes before a copy or a try.
    ranked = sorted(zip(read, books, strict=True), key=lambda each: each[0].stem == stem)
    names = list(catalogue.load(topic))
    handed_out = _handed_out()
    found: list[Found] = []
    for position, name in enumerate(names):
        try:
            found.append(_best(ranked, name, names[:position], known, handed_out))
        except RecursionError:
            found.append(Missing(Status.SYNTAX_ERROR, f"What defines {name} is nested too deeply."))
    return found


def _best(
    ranked: Sequence[tuple[File, ParsedNotebook]],
    name: str,
    earlier: Sequence[str],
    known: frozenset[str],
    handed_out: HandedOut,
) -> Found:
    """The answer in the last notebook that has one; names of one notebook are not another's."""
    best: Found = Missing(Status.NOT_FOUND, f"No cell defines {name}: was its cell deleted?")
    written: list[str] = []
    for file, book in ranked:
        found = answers.find(book, name, earlier, known, handed_out)
        if _worth(found) == WRITTEN:
            written.append(file.name)
        if _worth(found) >= _worth(best):
            best = found
    if len(written) > 1 and isinstance(best, Answer):
        text = message("{name} is written in {files}: that in {last} is marked.")
        said = translated(text, name=name, files=first_of(written, 5), last=written[-1])
        return replace(best, notes=(*best.notes, said))
    return best


def _worth(found: Found) -> int:
    """A written answer beats one under another name, which beats a stub, which beats a reason.

    A name that is imported is as good as a stub.
    """
    if isinstance(found, Missing):
        return int(found.status == Status.SYNTAX_ERROR)
    own = found.written and not found.imported
    return WRITTEN - 2 + own + (own and found.name == found.exercise)


@functools.cache
def _handed_out() -> HandedOut:
    """What the learner's notebooks were like when they were handed out.

    All of them take seconds to parse, so what is found is kept until a notebook or the code that
    reads it changes.
    """
    books = [
        path
        for path in catalogue.NOTEBOOKS.rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    ]
    root = catalogue.ROOT
    digest = files.digest([*books, *Path(__file__).parent.glob("*.py")], root)
    kept = root / "build" / "handed_out" / f"{digest}.json"
    with contextlib.suppress(OSError, ValueError, TypeError):
        stubs, cells = json.loads(kept.read_text("utf-8"))
        return HandedOut(dict(stubs), frozenset(cells))
    found = _parsed(books)
    with contextlib.suppress(OSError):
        files.replace(kept, json.dumps([dict(found.stubs), sorted(found.cells)]))
        files.remove_others(kept.parent, "*.json", [kept])
    return found


def _parsed(books: Iterable[Path]) -> HandedOut:
    stubs: dict[str, str] = {}
    digests: set[str] = set()
    for path in sorted(books):
        book = ParsedNotebook(notebooks.read_notebook(path)[0])
        digests.update(book.digests)
        for statement in book.statements:
            for name in statement.binds if statement.is_definition else ():
                stubs.setdefault(name, book.cells[statement.cell].identity)
    return HandedOut(stubs, frozenset(digests))
