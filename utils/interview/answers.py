"""The notebook in which a candidate writes code, and the function that is read from it."""

from __future__ import annotations

import ast
import json
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from utils import catalogue, files
from utils.editions.source import METADATA
from utils.editions.translation import stub
from utils.grading import answers as grading
from utils.grading import notebooks
from utils.grading.sandbox import child
from utils.interview.bank import NotPossible
from utils.interview.session import Part
from utils.translation import message, translated


def write_notebook(path: Path, part: Part) -> None:
    """A notebook with the statement and the stub of a coding part, unless there is one already."""
    if path.exists():
        return
    topic, name = part.key.split("/")
    imports = _imports(catalogue.chapter(topic).reference)
    cells = [
        _cell(
            "markdown",
            "# {}\n\n{}".format(
                name,
                translated(
                    "{n} minutes. Marked from this notebook: save it.", n=f"{part.minutes:.0f}"
                ),
            ),
        ),
        _cell("code", imports),
        _cell("code", stub(topic, name)),
        _cell("code", ""),
    ]
    book = {"cells": cells, "metadata": METADATA, "nbformat": 4, "nbformat_minor": 5}
    files.replace(path, json.dumps(book, ensure_ascii=False, indent=1) + "\n")


def is_as_given(path: Path, part: Part) -> bool:
    """Whether the notebook of a coding part holds the stub that was given, and nothing is added."""
    try:
        cells = notebooks.ParsedNotebook(notebooks.read_notebook(path)[0]).cells
    except (OSError, ValueError):
        return False
    topic, name = part.key.split("/")
    given = {_imports(catalogue.chapter(topic).reference), stub(topic, name), ""}
    return {cell.source.strip() for cell in cells if cell.is_code} <= {
        each.strip() for each in given
    }


def _cell(kind: str, source: str) -> dict[str, Any]:
    cell = {
        "cell_type": kind,
        "id": f"{zlib.crc32(source.encode()):08x}",
        "metadata": {},
        "source": source,
    }
    return cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})


def _imports(path: Path) -> str:
    """What a topic's reference imports, so that a candidate need not."""
    nodes = ast.parse(path.read_text("utf-8")).body
    found = [n for n in nodes if isinstance(n, (ast.Import, ast.ImportFrom))]
    return "\n".join(ast.unparse(n) for n in found if getattr(n, "module", "") != "__future__")


def read_answer(path: Path, name: str) -> Callable[..., Any] | None:
    """The function ``name`` as the notebook leaves it, from the cells that it needs.

    It is found and its cells are run as marking does; here they are the candidate's own.

    Raises
    ------
    NotPossible
        When the notebook cannot be read, or its code is no Python.
    """
    try:
        book = notebooks.ParsedNotebook(notebooks.read_notebook(path)[0])
    except (OSError, ValueError):
        said = translated("{file} cannot be read as a notebook: save it again.", file=path)
        raise NotPossible(said) from None
    for number, why in book.broken.items():
        label = book.cells[number].label
        said = message("{label} of {file} is no Python: {why}. Repair it and save.")
        raise NotPossible(translated(said, label=label, file=path.name, why=why))
    found = grading.find(book, name, (), [name])
    if isinstance(found, grading.Missing):
        return None
    namespace: dict[str, Any] = {"__name__": "answer", **child.notebook_names()}
    for cell in found.cells:
        child.run_cell(cell.label, cell.source, cell.statements, namespace)
    answer = namespace.get(found.name)
    return answer if callable(answer) else None
