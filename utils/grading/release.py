"""``course release``: the edition to hand out while a chapter is open.

Notebooks up to the chapter, earlier chapters whole, of the open one nothing but its statements: no
reference, no exercises, no misconceptions. What `check` needs is the docstring's examples.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from utils import calls, editions, exercise, plain, visible
from utils.exercise import ROOT, Exercise

FURNITURE = ("start.py", "requirements.lock", "environment.yml", "LICENSE", "LICENSE-prose")
# Needed by what is not imported: the terminal's command, and this package's own names.
ALWAYS = ("__init__", "check", "progress", "visible", "cli")
LOCKED = {"editable": False, "deletable": False}
# Where an exercise says itself when two answers agree, an example may differ by more than rounding.
LOOSE, STRICT = 0.05, 1e-6

README = """# {title}

{n} notebooks to work through, in `notebooks/`. `python3 start.py lab` makes an environment (about a
minute, once) and opens your copies of them in JupyterLab; after that nothing needs the network.

In `{open_notebook}`, `check` tries the examples that stand in the statements. When it
says "All visible checks passed", that is all it says: more is tried after you hand in. Write into
the cells that end in `raise NotImplementedError`, and keep the names of the functions. Only the
functions are marked, and the cells that they need: whatever else you write or delete costs nothing.

Hand in your notebook, `work/{open_notebook}`.
"""


class CannotRelease(ValueError):
    """A release cannot be written; the message says why."""


def release(number: str, out: Path) -> Path:
    """Write the edition for a class in which the chapter ``number`` is open.

    Raises
    ------
    CannotRelease
        When there is no such chapter with exercises, or ``out`` holds something.
    """
    stem = next((p.stem for p in editions.notebooks() if p.name[:2] == number), None)
    topic = stem[3:] if stem else None
    if topic is None or topic not in exercise.topics():
        known = ", ".join(exercise.notebook_stem(t)[:2] for t in exercise.topics())
        raise CannotRelease(f"Chapter {number} has no exercises: choose one of {known}.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CannotRelease(f"{out} holds something: give the name of a new folder.")
    out.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: an edition without its locks must not be handed out.
    draft = Path(tempfile.mkdtemp(prefix=".release-", dir=out.parent))
    try:
        _write(draft, number, topic)
        draft.chmod(0o755)
        if out.exists():
            out.rmdir()
        draft.rename(out)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return out


def _write(folder: Path, number: str, topic: str) -> None:
    notebooks = [path for path in editions.notebooks() if path.name[:2] <= number]
    closed = [p.stem[3:] for p in notebooks if p.stem[3:] != topic]
    closed = [each for each in closed if each in exercise.topics()]
    (folder / "notebooks").mkdir()
    for path in notebooks:
        book = editions.learner_edition(path)
        names = set(editions.Reference(_room(path.stem[3:]) / "reference.py").names)
        lock(book, names)
        text = nbformat.writes(book, version=4, indent=1) + "\n"
        (folder / "notebooks" / path.name).write_text(text, "utf-8", newline="\n")
    (folder / "solutions" / topic).mkdir(parents=True)
    shutil.copy(ROOT / "solutions" / "__init__.py", folder / "solutions")
    (folder / "solutions" / topic / "__init__.py").touch()
    checks = [visible_checks(each) for each in exercise.load(topic).values()]
    (folder / "solutions" / topic / visible.FILE).write_text(json.dumps(checks, indent=1) + "\n")
    for each in closed:
        shutil.copytree(_room(each), folder / "solutions" / each, ignore=_no_cache)
        shutil.copy(
            ROOT / "solutions" / f"{exercise.notebook_stem(each)}.ipynb", folder / "solutions"
        )
    _write_utils(folder)
    _write_data(folder)
    for name in FURNITURE:
        if (ROOT / name).exists():
            shutil.copy(ROOT / name, folder)
    (folder / "pyproject.toml").write_text(_project([*closed, topic]), "utf-8")
    title = f"Chapters up to {int(number)}"
    text = README.format(title=title, n=len(notebooks), open_notebook=notebooks[-1].name)
    (folder / "README.md").write_text(text, "utf-8")


_no_cache = shutil.ignore_patterns("__pycache__")


def _room(topic: str) -> Path:
    return ROOT / "solutions" / topic


def lock(book: NotebookNode, exercises: set[str]) -> None:
    """Lock text and checks in JupyterLab; stubs and a learner's other cells stay open."""
    for cell in book.cells:
        is_check = re.fullmatch(r"check\(\w+\)", cell.source.strip()) is not None
        if cell.cell_type == "markdown" or is_check:
            cell.metadata.update(LOCKED)
        elif editions.exercise_name(cell) in exercises:
            cell.metadata["deletable"] = False


def visible_checks(task: Exercise) -> dict[str, Any]:
    """An exercise as `utils.visible` reads it: the examples of its docstring, and their values."""
    run = calls.Runner(task.reference)
    examples = []
    for args in task._docstring_calls:
        outcome = run(args)
        if outcome.failure is None and not isinstance(outcome.value, plain.Opaque):
            examples.append([plain.dumps(args).decode(), plain.dumps(outcome.value).decode()])
    tolerance = STRICT if task.agrees is plain.close else LOOSE
    return {
        "name": task.name,
        "examples": examples,
        "tolerance": tolerance,
        "seconds": task.seconds,
    }


# ---- what comes along -----------------------------------------------------------------------


def _write_utils(folder: Path) -> None:
    """The modules of `utils` that the notebooks and the earlier chapters reach."""
    wanted, found = list(ALWAYS), set()
    for path in (folder / "notebooks").glob("*.ipynb"):
        book = nbformat.read(path, as_version=4)
        code = "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
        wanted += _imported(code)
    for path in (folder / "solutions").rglob("*.py"):
        wanted += _imported(path.read_text("utf-8"))
    (folder / "utils").mkdir()
    while wanted:
        name = wanted.pop()
        source = ROOT / "utils" / f"{name}.py"
        if name not in found and source.exists():
            found.add(name)
            shutil.copy(source, folder / "utils")
            if name != "cli":
                wanted += _imported(source.read_text("utf-8"))


def _imported(code: str) -> Iterable[str]:
    """The modules of `utils` that a source imports."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module == "utils":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("utils."):
            yield str(node.module).split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("utils."))


def _write_data(folder: Path) -> None:
    """Cards and tables that a released text names; never the scripts that computed them."""
    (folder / "datasets").mkdir()
    texts = [
        path.read_text("utf-8") for path in folder.rglob("*") if path.suffix in (".ipynb", ".py")
    ]
    for path in sorted((ROOT / "datasets").iterdir()):
        if path.suffix != ".py" and path.is_file() and any(path.stem in text for text in texts):
            shutil.copy(path, folder / "datasets")


def _project(topics: Iterable[str]) -> str:
    """The project file, with the packages that are there."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    names = ["utils", "solutions", *(f"solutions.{topic}" for topic in topics)]
    packages = "".join(f'    "{name}",\n' for name in names)
    return re.sub(
        r"packages = \[\n.*?\]", lambda _: f"packages = [\n{packages}]", text, count=1, flags=re.S
    )
