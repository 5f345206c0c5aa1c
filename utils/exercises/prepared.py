"""What references do on the calls of a check, computed while a learner types and kept on disk.

It depends on nothing but sources and the versions of a few packages, whose digest is in the name of
a file: what is out of date is never found. A file that cannot be read or written costs time and
nothing else.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils import catalogue, files
from utils.execution import outcomes
from utils.exercises.attempt import sheet
from utils.exercises.marks import Case

if TYPE_CHECKING:
    from utils.exercises.model import Exercise

# What the inputs and the values are made with.
PACKAGES = ("numpy", "pandas", "scipy", "scikit-learn", "statsmodels", "duckdb")
SEED = 0
LOW_PRIORITY = 19

_preparing: dict[str, subprocess.Popen[bytes]] = {}


def load(folder: Path, topic: str, exercise: Exercise) -> None:
    """Tell an exercise what its own implementations did, where that is kept in ``folder``."""
    with contextlib.suppress(Exception), zipfile.ZipFile(_file(folder, topic, exercise)) as kept:
        done = [outcomes.from_bytes(kept.read(name)) for name in kept.namelist()]
        for call, outcome in list(zip(_calls(exercise), done, strict=True)):
            sheet(exercise, SEED).adopt(*call, outcome)


def store(folder: Path, topic: str, exercise: Exercise) -> None:
    """Compute what the own implementations of an exercise do, and keep it in ``folder``."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        for place, (ours, case) in enumerate(_calls(exercise)):
            packed.writestr(f"{place:04}", sheet(exercise, SEED).run(ours, case).packed())
    for old in folder.glob(f"{exercise.name}-*.zip"):
        old.unlink(missing_ok=True)
    files.replace(_file(folder, topic, exercise), kept.getvalue())


def begin(folder: Path, topic: str) -> None:
    """Prepare the exercises of a topic in another process, once for each topic and process.

    It is a new interpreter and no fork: what this one was told to do about a division by 0, or with
    a function that somebody replaced, would be kept for every notebook to come.
    """
    if topic in _preparing or not _missing(folder, topic):
        return
    with contextlib.suppress(OSError):
        _preparing[topic] = subprocess.Popen(
            [sys.executable, "-m", __name__, str(folder), topic],
            cwd=catalogue.ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            # Windows would open one.
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )


def _missing(folder: Path, topic: str) -> list[Exercise]:
    """The exercises of a topic of which nothing is kept yet."""
    exercises = catalogue.load(topic).values()
    return [
        each for each in exercises if not (each.visible_only or _file(folder, topic, each).exists())
    ]


def _calls(exercise: Exercise) -> list[tuple[Callable[..., Any], Case]]:
    """The calls that every check makes of implementations of ours."""
    return [(ours, case) for ours in exercise.ours for case in sheet(exercise, SEED).cases]


def _file(folder: Path, topic: str, exercise: Exercise) -> Path:
    return folder / f"{exercise.name}-{_digest(topic)}.zip"


@functools.cache
def _digest(topic: str) -> str:
    """What the outcomes of a topic depend on."""
    folders = (catalogue.chapter(topic).folder, catalogue.ROOT / "utils")
    sources = files.digest((p for each in folders for p in each.rglob("*.py")), catalogue.ROOT)
    versions = [sys.version, *map(version, PACKAGES)]
    return hashlib.sha256(" ".join([sources, *versions]).encode()).hexdigest()[:20]


def main(folder: Path, topic: str) -> None:
    """Prepare what is missing of a topic, one exercise after the other."""
    if hasattr(os, "nice"):
        os.nice(LOW_PRIORITY)
    for exercise in _missing(folder, topic):
        with contextlib.suppress(Exception):
            store(folder, topic, exercise)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
