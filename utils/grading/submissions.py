"""Who handed in what: folders and notebooks to learners and cells."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from utils import catalogue
from utils.grading.answers import Cell

MAX_BYTES = 50 * 2**20
MAX_CELLS = 2_000
ROSTER = "roster.csv"
# What a roster may say about a learner; the first is the name of her folder or notebook.
COLUMNS = ("learner", "name", "id", "sis_user_id", "sis_login_id", "section")


class CannotGrade(ValueError):
    """Something keeps every submission from being marked; the message says what."""


@dataclass(frozen=True)
class Learner:
    """A learner of the roster, or one found by the name of her folder or notebook."""

    key: str
    details: dict[str, str] = field(default_factory=dict)
    on_roster: bool = True

    @property
    def name(self) -> str:
        """What a report calls her."""
        return self.details.get("name") or self.key


@dataclass
class HandedIn:
    """The code cells of all notebooks of one learner, and what a report says about the files."""

    learner: Learner
    paths: list[Path] = field(default_factory=list)
    cells: list[Cell] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def collect(folder: Path) -> list[HandedIn]:
    """What lies in a folder: a notebook a learner, or a folder a learner with several.

    Raises
    ------
    CannotGrade
        When the folder has no notebook, or the roster cannot be read.
    """
    if not folder.is_dir():
        raise CannotGrade(f"{folder} is no folder: give the one that holds the submissions.")
    notebooks: dict[str, list[Path]] = {}
    for path in sorted(folder.rglob("*.ipynb")):
        inside = path.relative_to(folder)
        if ".ipynb_checkpoints" not in inside.parts:
            key = inside.parts[0] if len(inside.parts) > 1 else learner_of(inside.stem)
            notebooks.setdefault(key, []).append(path)
    for path in sorted(folder.iterdir()):
        # A folder without a notebook is somebody who handed in something else.
        if path.is_dir() and not path.name.startswith((".", "_")):
            notebooks.setdefault(path.name, [])
    if not notebooks:
        raise CannotGrade(f"{folder} holds no notebook: a learner's is NAME.ipynb, or in NAME/.")
    roster = read_roster(folder / ROSTER)
    found = []
    for key, learner in _who(roster, sorted(notebooks)).items():
        found.append(_read(learner, notebooks.get(key, []), folder))
    return found


def learner_of(stem: str) -> str:
    """The part of a notebook's name that is not the chapter's.

    Examples
    --------
    >>> learner_of("03_collaborative_filtering_mei"), learner_of("mei-03_collaborative_filtering")
    ('mei', 'mei')
    >>> learner_of("mei")
    'mei'
    """
    for topic in catalogue.topics():
        stem = re.sub(rf"(\d\d[_ -])?{topic}", " ", stem)
    return stem.strip(" _-.") or "unnamed"


def read_roster(path: Path) -> dict[str, Learner]:
    """The learners of a roster by key; nobody when there is none."""
    if not path.exists():
        return {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CannotGrade(f"{path} is not a readable CSV file ({error}).") from None
    if rows and "learner" not in rows[0]:
        raise CannotGrade(f"{path} has no column learner; its columns are {', '.join(COLUMNS)}.")
    return {
        row["learner"].strip(): Learner(
            row["learner"].strip(),
            {name: (row.get(name) or "").strip() for name in COLUMNS[1:]},
        )
        for row in rows
        if (row["learner"] or "").strip()
    }


def _who(roster: dict[str, Learner], keys: Sequence[str]) -> dict[str, Learner]:
    """Everybody on the roster, then whoever handed in without being on it."""
    strangers = {key: Learner(key, on_roster=not roster) for key in keys if key not in roster}
    return {**roster, **strangers}


def _read(learner: Learner, paths: Sequence[Path], folder: Path) -> HandedIn:
    handed_in = HandedIn(learner, list(paths))
    if not learner.on_roster:
        handed_in.notes.append("Not on the roster.")
    if not paths:
        handed_in.notes.append("No notebook was handed in.")
    for path in paths:
        name = str(path.relative_to(folder))
        prefix = f"{path.stem} " if len(paths) > 1 else ""
        try:
            cells, remarks = read_notebook(path, prefix)
        except ValueError as error:
            handed_in.notes.append(f"{name} cannot be read: {error}.")
            continue
        handed_in.cells += cells
        handed_in.notes += remarks
    return handed_in


def read_notebook(path: Path, prefix: str = "") -> tuple[list[Cell], list[str]]:
    """The code cells of a notebook, and what is odd about it.

    Raises
    ------
    ValueError
        When it is no notebook; the message says why.
    """
    if path.is_symlink() or not path.is_file():
        raise ValueError("it is a link or no file")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"it is larger than {MAX_BYTES // 2**20} MB")
    remarks = []
    raw = path.read_bytes()
    text = raw.decode("utf-8", "replace")
    if "\ufffd" in text:
        remarks.append(f"{path.name} holds bytes that are not UTF-8; they were replaced.")
    try:
        book = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        raise ValueError("it is not JSON") from None
    cells = book.get("cells") if isinstance(book, dict) else None
    if not isinstance(cells, list):
        raise ValueError("it has no cells")
    if len(cells) > MAX_CELLS:
        raise ValueError(f"it has more than {MAX_CELLS:,} cells")
    language = _language(book)
    if language != "python":
        remarks.append(f"{path.name} says that its kernel is {language}; it was read as Python.")
    found = []
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            label = f"{prefix}cell {number}"
            source = cell.get("source", "")
            if isinstance(source, list):
                source = "".join(line for line in source if isinstance(line, str))
            if not isinstance(source, str):
                remarks.append(f"{label} has no text.")
                continue
            found.append(Cell(label, _clean(source, label, remarks), str(cell.get("id", ""))))
    return found, remarks


def _clean(source: str, label: str, remarks: list[str]) -> str:
    """The source without what no text file can hold."""
    cleaned = source.replace("\0", "").encode("utf-8", "replace").decode()
    if cleaned != source:
        remarks.append(f"{label} holds null bytes or half characters; they were taken out.")
    return cleaned


def _language(book: dict[str, Any]) -> str:
    metadata = book.get("metadata")
    kernel = metadata.get("kernelspec") if isinstance(metadata, dict) else None
    language = kernel.get("language", "python") if isinstance(kernel, dict) else "python"
    return language.lower()[:40] if isinstance(language, str) else "not named"
