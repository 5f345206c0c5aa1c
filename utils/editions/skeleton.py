"""``course new``: the pieces of an exercise or of a chapter, each in its place, to be filled in."""

from __future__ import annotations

import ast
import keyword
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from utils import catalogue, files
from utils.catalogue import ROOT, Chapter
from utils.editions import source
from utils.refused import Refused

REFERENCE = '''

def {name}(values: list[float]) -> float:
    """One line that says what it returns.

    Parameters
    ----------
    values : list of float
        Shape, unit, what may be missing.

    Returns
    -------
    float
        NaN where there is no value.

    Examples
    --------
    >>> {name}([1.0, 2.0])
    3.0
    """
    return float(sum(values)) if values else float("nan")
'''
MISCONCEPTIONS = '''

def {name}_forgets_the_empty_case(values):
    """With no value there is nothing to add: the sum of nothing was returned as 0."""
    return float(sum(values))
'''
EXERCISES = """

{name} = WriteIt(
    reference=reference.{name},
    points=2,
    minutes=6,
    level="{level}",
    properties=(
        Property(
            "values",
            "the value is the one that the docstring defines",
            lambda rng: [(rng.normal(size=6).round(2).tolist(),) for _ in range(6)],
        ),
        Property("nan_on_empty", "without a value the result is NaN", lambda rng: [([],)]),
    ),
    misconceptions=(wrong.{name}_forgets_the_empty_case,),
)
"""
RIGHT = """

def {name}__by_numpy(values):
    return float(np.sum(values)) if len(values) else float("nan")


def {name}__by_loop(values):
    total = 0.0
    for value in values:
        total += value
    return total if values else float("nan")
"""
ANNOUNCED = """### {number}.{position} `{name}`

{level} · 6 min · 2 points

<details><summary>Hint: a question</summary>

What is the smallest input on which two readings of the statement differ?

</details>
<details><summary>Hint: a start</summary>

Name the first step.

</details>
"""
QUESTION = """# {n} · A question

**As it is asked.** “…”

「…」

interview: 45 min; exercises: about 6 min"""
BEFORE = (QUESTION, "## The answer people give", "## Build it right")
AFTER = ("## On real data", "## Follow-ups", "## Takeaways")
FACE = """\"\"\"{title}.\"\"\"

from solutions.{topic}.reference import {name}

__all__ = ["{name}"]
"""
DECLARED = """\"\"\"The exercises of {title}.\"\"\"

from solutions.{topic} import misconceptions as wrong
from solutions.{topic} import reference
from utils.exercises import Property, WriteIt
"""
HEADS = {
    "__init__.py": FACE,
    "reference.py": '"""The right answers of {title}."""\n\nfrom __future__ import annotations\n',
    "misconceptions.py": '"""Wrong answers of {title}: the docstring is for the learner."""\n',
    "exercises.py": DECLARED,
}


class CannotCreate(Refused, ValueError):
    """Something is in the way of what should be new; the message says what."""


def exercise(topic: str, name: str) -> list[Path]:
    """Add the pieces of an exercise to a chapter, and return the files that were written.

    Raises
    ------
    CannotCreate
        When there is no such chapter, the name is taken, or is no name of a function.
    """
    if topic not in catalogue.topics():
        known = ", ".join(catalogue.topics())
        raise CannotCreate(f"No topic {topic!r} has exercises: choose one of {known}.")
    _new_name(name)
    chapter = catalogue.chapter(topic)
    last = list(catalogue.load(topic).values())[-1]
    folder = chapter.folder
    changed = {
        folder / "reference.py": REFERENCE,
        folder / "misconceptions.py": MISCONCEPTIONS,
        folder / "exercises.py": EXERCISES.replace("{level}", last.level),
        ROOT / "tests" / "right_answers" / f"{topic}.py": RIGHT,
    }
    drafts = {
        path: path.read_text("utf-8") + text.format(name=name) for path, text in changed.items()
    }
    drafts[folder / "__init__.py"] = _exported(folder / "__init__.py", topic, name)
    book = source.read(chapter.notebook)
    position = sum(source.exercise_name(cell) is not None for cell in book.cells) + 1
    _insert(book, _cells(chapter, name, position, last.level), after=f"check({last.name})")
    drafts[chapter.notebook] = source.text(book)
    for path, text in drafts.items():
        files.replace(path, text)
    return list(drafts)


def chapter(number: str, topic: str, name: str = "first_exercise") -> list[Path]:
    """Write a chapter with one exercise to start from, and return the files that were written.

    Raises
    ------
    CannotCreate
        When number or topic is taken, or is none.
    """
    if not (number.isdigit() and len(number) == 2):
        raise CannotCreate(f"A chapter's number has two digits, as in 03, not {number!r}.")
    taken = catalogue.numbered(number)
    if taken:
        raise CannotCreate(
            f"Chapter {number} is {taken.topic}: rename its two notebooks to another number first."
        )
    if topic in [each.topic for each in catalogue.chapters()]:
        raise CannotCreate(f"There is a chapter {topic} already: choose another topic.")
    _new_name(topic)
    _new_name(name)
    new = Chapter(number, topic)
    values = {"topic": topic, "name": name, "title": topic.replace("_", " ")}
    drafts = {new.folder / file: head.format(**values) for file, head in HEADS.items()}
    drafts[new.folder / "reference.py"] += REFERENCE.format(name=name)
    drafts[new.folder / "misconceptions.py"] += MISCONCEPTIONS.format(name=name)
    drafts[new.folder / "exercises.py"] += EXERCISES.format(name=name, level="junior")
    head = f'"""Right answers of {topic}, written differently."""\n\nimport numpy as np\n'
    drafts[ROOT / "tests" / "right_answers" / f"{topic}.py"] = head + RIGHT.format(name=name)
    cells = [new_markdown_cell(text.format(n=int(number))) for text in BEFORE]
    cells += [new_code_cell("from utils.check import check"), *_cells(new, name, 1, "junior")]
    cells += [new_markdown_cell(text) for text in AFTER]
    drafts[new.notebook] = nbformat.writes(new_notebook(cells=cells), indent=1) + "\n"
    for path, text in drafts.items():
        files.replace(path, text)
    return list(drafts)


def _new_name(name: str) -> None:
    if not name.isidentifier() or keyword.iskeyword(name) or name.lower() != name:
        raise CannotCreate(f"{name!r} is no name of a function: use small letters and underscores.")
    topic = catalogue.topic_of(name)
    if topic:
        raise CannotCreate(
            f"{topic} has a function {name} already: names are unique in the course."
        )


def _exported(path: Path, topic: str, name: str) -> str:
    """The face of a topic with one more name."""
    names = [alias.name for alias in _imports(path, topic)]
    lines = "".join(f"    {each},\n" for each in sorted([*names, name]))
    quoted = "".join(f'    "{each}",\n' for each in sorted([*names, name]))
    head = path.read_text("utf-8").split("from solutions.")[0]
    return f"{head}from solutions.{topic}.reference import (\n{lines})\n\n__all__ = [\n{quoted}]\n"


def _imports(path: Path, topic: str) -> list[ast.alias]:
    body = ast.parse(path.read_text("utf-8")).body
    module = f"solutions.{topic}.reference"
    found = [n for n in body if isinstance(n, ast.ImportFrom) and n.module == module]
    return [alias for node in found for alias in node.names]


def _cells(chapter: Chapter, name: str, position: int, level: str) -> list[NotebookNode]:
    number = int(chapter.number)
    announced = ANNOUNCED.format(number=number, position=position, name=name, level=level)
    return [
        new_markdown_cell(announced),
        new_code_cell(f"def {name}():\n    pass"),
        new_code_cell(f"check({name})"),
    ]


def _insert(book: NotebookNode, cells: list[NotebookNode], after: str) -> None:
    at = next(i for i, cell in enumerate(book.cells) if cell.source.strip() == after)
    book.cells[at + 1 : at + 1] = cells
