"""The result cache: one JSON line for each learner and exercise, appended, never rewritten.

A line is found again by its key, a digest of all that its mark depends on. So a run that was killed
goes on where it was, and a changed exercise or submission is marked anew.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from utils import files
from utils.catalogue import ROOT
from utils.grading import marking
from utils.grading.answers import Answer
from utils.grading.marking import Row, Task
from utils.grading.status import Status
from utils.imports import perhaps_within

# What marks, whatever the exercise: a mark may change when any of it does.
ENGINE = ("utils/execution", "utils/exercises", "utils/grading")


class ResultCache:
    """The rows that have been written to a file, by key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, Row] = {}
        # The latest mark of an answer, whatever the check was then: by learner, exercise, and a
        # digest of all that is run.
        self._latest: dict[tuple[str, str, str], Row] = {}
        raw = path.read_bytes() if path.exists() else b""
        # A run that was killed may have left half a line: the next one starts on a line of its own.
        self._torn = bool(raw) and not raw.endswith(b"\n")
        for line in raw.splitlines():
            if entry := _entry(line):
                self.rows[entry[0]] = row = entry[1]
                self._latest[row.learner, row.exercise, entry[2]] = row

    def latest(self, learner: str, answer: Answer) -> Row | None:
        """The latest mark of an answer, by whichever version of its check."""
        return self._latest.get((learner, answer.exercise, answer.digest))

    def append(self, entries: Iterable[tuple[str, Answer, Row]]) -> None:
        """Add rows of one submission with a single write."""
        fields = ({"key": key, "answer": answer.digest, "row": row} for key, answer, row in entries)
        lines = [json.dumps(each, default=vars) + "\n" for each in fields]
        if not lines:
            return
        text = ("\n" if self._torn else "") + "".join(lines)
        self._torn = False
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            files.write_whole(descriptor, text.encode())
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _entry(line: bytes) -> tuple[str, Row, str] | None:
    try:
        entry = json.loads(line)
        row: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in entry["row"].items()
        }
        known = Row(**row | {"status": Status(row["status"])})
        return str(entry["key"]), known, str(entry["answer"])
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


# ---- keys -----------------------------------------------------------------------------------


def key(task: Task, topic: str, answer: Answer) -> str:
    """A digest of all that the mark of an answer depends on, and of whose it is."""
    parts = [
        task.learner,
        str(task.seed),
        f"{task.limits.seconds or 0:g} {task.limits.memory_mb}",
        str(task.unsafe),
        topic,
        answer.exercise,
        answer.digest,
        str((answer.notes, answer.uses, answer.bound_by)),
        sources(topic),
        # A row says why in words.
        *([task.language] if task.language != "en" else []),
        *marking.lent(answer.exercise, answer.imports).values(),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def sources(topic: str) -> str:
    """A digest of every source that may decide a mark: what marks, the topic, what they import."""
    return files.digest(_reached(topic), ROOT)


def _reached(topic: str) -> set[Path]:
    folders = [ROOT / name for name in (*ENGINE, f"solutions/{topic}")]
    waiting = [p for f in folders for p in (f.rglob("*.py") if f.is_dir() else [f])]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found and path.exists():
            found.add(path)
            waiting += _imported(path)
    return found


def _imported(path: Path) -> Iterator[Path]:
    """The modules of the course that a source imports."""
    for name in perhaps_within(path.read_text("utf-8"), "utils", "solutions"):
        place = ROOT.joinpath(*name.split("."))
        yield from (place.with_suffix(".py"), place / "__init__.py", place / "reference.py")
