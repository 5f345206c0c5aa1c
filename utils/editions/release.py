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
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode

from utils import catalogue
from utils.catalogue import ROOT, Chapter
from utils.editions import source
from utils.exercises import from_examples

# Copied as they are: what starts the course, and its licences.
COPIED = (
    "start.py",
    "pyproject.toml",
    "requirements.lock",
    "environment.yml",
    "LICENSE",
    "LICENSE-prose",
)
# Needed by what is not imported: the terminal's command, and stored examples.
ALWAYS = ("utils.check", "utils.progress", "utils.exercises.from_examples", "utils.cli")
LOCKED = {"editable": False, "deletable": False}

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
    chapter = catalogue.numbered(number)
    if chapter is None or not chapter.has_exercises:
        known = ", ".join(each.number for each in catalogue.chapters() if each.has_exercises)
        raise CannotRelease(f"Chapter {number} has no exercises: choose one of {known}.")
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise CannotRelease(f"{out} holds something: give the name of a new folder.")
    out.parent.mkdir(parents=True, exist_ok=True)
    # Whole or not at all: an edition without its locks must not be handed out.
    draft = Path(tempfile.mkdtemp(prefix=".release-", dir=out.parent))
    try:
        _write(draft, chapter)
        draft.chmod(0o755)
        if out.exists():
            out.rmdir()
        draft.rename(out)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return out


def _write(folder: Path, chapter: Chapter) -> None:
    released = [each for each in catalogue.chapters() if each <= chapter]
    (folder / "notebooks").mkdir()
    for each in released:
        book = source.learner_edition(each)
        reference = source.reference_of(each)
        lock(book, set(reference.names) if reference else set())
        path = folder / "notebooks" / each.notebook.name
        path.write_text(source.text(book), "utf-8", newline="\n")
    _write_open(folder / "solutions" / chapter.topic, chapter)
    shutil.copy(catalogue.SOLUTIONS / "__init__.py", folder / "solutions")
    for each in released:
        if each.has_exercises and each != chapter:
            shutil.copytree(each.folder, folder / "solutions" / each.topic, ignore=_no_cache)
            shutil.copy(each.solved, folder / "solutions")
    _write_utils(folder)
    _write_data(folder)
    for name in COPIED:
        shutil.copy(ROOT / name, folder)
    title = f"Chapters up to {int(chapter.number)}"
    text = README.format(title=title, n=len(released), open_notebook=chapter.notebook.name)
    (folder / "README.md").write_text(text, "utf-8")


_no_cache = shutil.ignore_patterns("__pycache__")


def _write_open(folder: Path, chapter: Chapter) -> None:
    """Of the open chapter, the examples in its statements."""
    folder.mkdir(parents=True)
    (folder / "__init__.py").touch()
    stored = [from_examples.stored(each) for each in catalogue.load(chapter.topic).values()]
    path = folder / chapter.stored_examples.name
    path.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")


def lock(book: NotebookNode, exercises: set[str]) -> None:
    """Lock text and checks in JupyterLab; stubs and a learner's other cells stay open."""
    for cell in book.cells:
        is_check = re.fullmatch(r"check\(\w+\)", cell.source.strip()) is not None
        if cell.cell_type == "markdown" or is_check:
            cell.metadata.update(LOCKED)
        elif source.exercise_name(cell) in exercises:
            cell.metadata["deletable"] = False


# ---- what comes along -----------------------------------------------------------------------


def _write_utils(folder: Path) -> None:
    """The modules of `utils` that the notebooks and the earlier chapters reach."""
    wanted = list(ALWAYS)
    for each in (folder / "notebooks").glob("*.ipynb"):
        cells = source.read(each).cells
        wanted += _imported("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
    for each in (folder / "solutions").rglob("*.py"):
        wanted += _imported(each.read_text("utf-8"))
    found: set[str] = set()
    while wanted:
        name = wanted.pop()
        file = _file(name)
        if name in found or file is None:
            continue
        found.add(name)
        copy = folder / file.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, copy)
        for template in file.parent.glob("*.jinja") if file.parent != ROOT / "utils" else ():
            shutil.copy(template, copy.parent)
        # To import a module is to import the packages around it.
        wanted.append(name.rpartition(".")[0])
        if name != "utils.cli":
            wanted += _imported(file.read_text("utf-8"))


def _file(name: str) -> Path | None:
    """The file of a module of ours; None for a name in one, and for what is not ours."""
    place = ROOT.joinpath(*name.split("."))
    choices = (place.with_suffix(".py"), place / "__init__.py")
    return next((each for each in choices if name and each.exists()), None)


def _imported(code: str) -> Iterator[str]:
    """The dotted names of `utils` that a source imports, modules and what may be one."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        yield from (name for name in names if name.split(".")[0] == "utils")


def _write_data(folder: Path) -> None:
    """Cards and tables that a released text names; never the scripts that computed them."""
    (folder / "datasets").mkdir()
    texts = [
        path.read_text("utf-8") for path in folder.rglob("*") if path.suffix in (".ipynb", ".py")
    ]
    for path in sorted((ROOT / "datasets").iterdir()):
        if path.suffix != ".py" and path.is_file() and any(path.stem in text for text in texts):
            shutil.copy(path, folder / "datasets")
