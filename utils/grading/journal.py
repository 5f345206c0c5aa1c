"""What has been marked: one JSON line for each learner and exercise, appended, never rewritten.

A line is found again by its key, a digest of all that its mark depends on. So a run that was killed
goes on where it was, and a changed exercise or submission is marked anew, and nothing else is.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import json
import os
import types
from collections.abc import Iterable
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from utils import catalogue
from utils.execution import plain, worker
from utils.exercises import Exercise, model
from utils.grading import marking
from utils.grading.answers import Answer
from utils.grading.marking import Row, Task
from utils.grading.sandbox import child


class Journal:
    """The rows that have been written to a file, by key."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[str, Row] = {}
        raw = path.read_bytes() if path.exists() else b""
        # A run that was killed may have left half a line: the next one starts on a line of its own.
        self._torn = bool(raw) and not raw.endswith(b"\n")
        for line in raw.splitlines():
            if entry := _entry(line):
                self.rows[entry[0]] = entry[1]

    def append(self, entries: Iterable[tuple[str, Row]]) -> None:
        """Add rows of one submission with a single write."""
        lines = [json.dumps({"key": key, "row": asdict(row)}) + "\n" for key, row in entries]
        if not lines:
            return
        text = ("\n" if self._torn else "") + "".join(lines)
        self._torn = False
        descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            view = memoryview(text.encode())
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _entry(line: bytes) -> tuple[str, Row] | None:
    try:
        entry = json.loads(line)
        row: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in entry["row"].items()
        }
        return str(entry["key"]), Row(**row)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


# ---- keys -----------------------------------------------------------------------------------


def key(task: Task, topic: str, answer: Answer) -> str:
    """A digest of all that the mark of an answer depends on, and of whose it is."""
    tasks = catalogue.load(topic)
    parts = [
        task.learner,
        str(task.seed),
        f"{task.limits.seconds:g} {task.limits.memory_mb}",
        str(task.unsafe),
        topic,
        answer.digest,
        str(answer.notes),
        engine(),
        *(fingerprint(tasks[name]) for name in (answer.exercise, *answer.uses)),
        *marking.lent(answer.exercise, answer.imports).values(),
    ]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


@functools.cache
def engine() -> str:
    """A digest of the code that marks."""
    modules = (model, worker, plain, marking, child)
    return hashlib.sha256("".join(map(inspect.getsource, modules)).encode()).hexdigest()


@functools.cache
def fingerprint(task: Exercise) -> str:
    """A digest of an exercise: its numbers, and the code that it reaches, not where that stands."""
    digest = hashlib.sha256()
    _take_in(task, digest, set())
    return digest.hexdigest()


def _take_in(value: Any, digest: Any, seen: set[int]) -> None:
    if id(value) in seen:
        return
    if isinstance(value, (types.FunctionType, types.CodeType, type)) or is_dataclass(value):
        seen.add(id(value))
    if isinstance(value, types.FunctionType):
        if not _ours(value.__module__):
            digest.update(f"{value.__module__}.{value.__qualname__}".encode())
            return
        digest.update(f"{value.__name__} {inspect.getdoc(value)}".encode())
        _take_in(value.__code__, digest, seen)
        _take_in((value.__defaults__, value.__kwdefaults__), digest, seen)
        _take_in([cell.cell_contents for cell in value.__closure__ or ()], digest, seen)
        names = _names(value.__code__)
        for name in names:
            reached = value.__globals__.get(name)
            digest.update(name.encode())
            if isinstance(reached, types.ModuleType) and _ours(reached.__name__):
                # Of a module, only what this function names.
                _take_in([vars(reached)[n] for n in names if n in vars(reached)], digest, seen)
            else:
                _take_in(reached, digest, seen)
    elif isinstance(value, types.CodeType):
        digest.update(value.co_code)
        digest.update(repr((value.co_names, value.co_varnames)).encode())
        _take_in(list(value.co_consts), digest, seen)
    elif isinstance(value, types.ModuleType):
        digest.update(value.__name__.encode())
    elif isinstance(value, dict):
        for name in value:
            digest.update(str(name).encode())
            _take_in(value[name], digest, seen)
    elif isinstance(value, (list, tuple)):
        for item in value:
            _take_in(item, digest, seen)
    elif isinstance(value, (set, frozenset)):
        digest.update(repr(sorted(map(repr, value))).encode())
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            digest.update(each.name.encode())
            _take_in(getattr(value, each.name), digest, seen)
    elif isinstance(value, np.ndarray):
        digest.update(value.tobytes())
    elif value is None or isinstance(value, (bool, int, float, str, bytes)):
        digest.update(repr(value).encode())
    else:
        digest.update(type(value).__qualname__.encode())


def _names(code: types.CodeType) -> list[str]:
    inner = [c for c in code.co_consts if isinstance(c, types.CodeType)]
    return [*code.co_names, *(name for c in inner for name in _names(c))]


def _ours(module: str | None) -> bool:
    return bool(module) and str(module).split(".")[0] in ("utils", "solutions", "__main__")
