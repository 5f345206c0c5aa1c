"""Build the site in ``build/book/html``, from what is in the course and from nothing else.

    python docs/build.py

Chapters are the solved notebooks with their solutions folded; the question bank and the modules of
``utils`` get a page each. Nothing is executed and nothing is fetched.
"""

from __future__ import annotations

import re
import shutil
import sys
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import yaml
from sphinx.cmd.build import build_main

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from utils import catalogue  # noqa: E402 - the course must be found first
from utils.catalogue import Chapter  # noqa: E402
from utils.editions.source import exercise_name  # noqa: E402
from utils.interview import bank  # noqa: E402

DOCS = ROOT / "docs"
BOOK = ROOT / "build" / "book"
# The chapters that are no interview question, and how long they take.
WITHOUT_QUESTION = {
    "start_here": "How an answer is checked, how a chapter works, and where to begin.",
    "mock_interview": "Six parts against the clock, and a scorecard: what to practise next.",
}
UNDER_AN_HOUR = "about an hour"


def gather(source: Path) -> None:
    """Put the pages of the site into ``source``."""
    shutil.rmtree(source, ignore_errors=True)
    (source / "chapters").mkdir(parents=True)
    for page in [*DOCS.glob("*.md"), *DOCS.glob("*.png"), DOCS / "favicon.svg", DOCS / "conf.py"]:
        shutil.copy(page, source)
    front = source / "index.md"
    front.write_text(front.read_text("utf-8").replace("<!-- cards -->", cards()), "utf-8")
    (source / "_static").mkdir()
    shutil.copy(DOCS / "style.css", source / "_static")
    (source / "datasets").mkdir()
    for card in (ROOT / "datasets").glob("*.md"):
        shutil.copy(card, source / "datasets")
    for chapter in catalogue.chapters():
        nbformat.write(folded(chapter), source / "chapters" / chapter.notebook.name)
    for folder, pages in (("questions", question_pages()), ("modules", module_pages())):
        (source / folder).mkdir()
        for name, text in pages.items():
            (source / folder / f"{name}.md").write_text(text, "utf-8")


def folded(chapter: Chapter) -> nbformat.NotebookNode:
    """The solved edition: each solution folded under its stub, figures with alternative text."""
    book = nbformat.read(chapter.solved, as_version=4)
    learner = nbformat.read(chapter.notebook, as_version=4)
    cells = []
    for cell, stub in zip(book.cells, learner.cells, strict=True):
        if exercise_name(stub):
            cells.append(nbformat.v4.new_code_cell(stub.source))
            cell.metadata["tags"] = ["hide-input"]
        cells.append(cell)
        for output in cell.get("outputs", []):
            alt = output.get("metadata", {}).get("image/png", {}).get("alt")
            if alt:
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
    book.cells = cells
    return book


def question_pages() -> dict[str, str]:
    """A page a topic of the question bank: an answer is folded, and opening one closes the last."""
    pages: dict[str, list[str]] = {}
    fold = '<details class="answer" name="answer"><summary>Answer, points, red flags</summary>'
    for question in [*bank.questions(), *bank.decisions()]:
        if question.topic in bank.SECTIONS:
            stem, title = f"{question.topic}", f"# {bank.SECTIONS[question.topic]}"
        else:
            chapter = catalogue.chapter(question.topic)
            stem, title = chapter.stem, _title(chapter.notebook)
        heading, _, said, _, rest = bank.as_text(question).split("\n", 4)
        table = ['<div class="wide">', bank.as_table(question), "</div>"] if question.table else []
        opening = [title, bank.NOT_OURS] if question.topic == "foundations" else [title]
        pages.setdefault(stem, opening).extend(
            [heading.removeprefix("#"), said, *table, fold, rest, "</details>"]
        )
    return {stem: "\n\n".join(parts) for stem, parts in pages.items()}


def cards() -> str:
    """A card a chapter: its question, what surprises in it, and its hours."""
    main = {question.topic: question for question in bank.questions() if question.main}
    surprising = surprises()
    shown = []
    for chapter in catalogue.chapters():
        lines = [f"<b>{chapter.number} · {escape(chapter.title)}</b>"]
        if chapter.topic in main:
            question, found = main[chapter.topic], surprising[chapter.topic]
            lines += [f'<span lang="zh">{escape(question.zh)}</span>', _span(question.en)]
            lines += [
                f"<em>{escape(found['en'])}</em>",
                f'<em lang="zh">{escape(found["zh"])}</em>',
            ]
        else:
            lines.append(_span(WITHOUT_QUESTION[chapter.topic]))
        lines.append(f'<span class="hours">{_hours(chapter)}</span>')
        shown.append(f'<a href="chapters/{chapter.stem}.html">{"".join(lines)}</a>')
    return '<div class="cards">\n' + "\n".join(shown) + "\n</div>"


def surprises() -> dict[str, dict[str, Any]]:
    """What surprises in each chapter, in two languages, and the assertions that hold it."""
    return dict(yaml.safe_load((DOCS / "surprises.yaml").read_text("utf-8")))


def _span(text: str) -> str:
    return f"<span>{escape(text)}</span>"


def _hours(chapter: Chapter) -> str:
    """How long a chapter takes, the interview and the exercises, to half an hour."""
    first = str(nbformat.read(chapter.notebook, as_version=4).cells[0].source)
    minutes = re.search(r"interview: (\d+) min; exercises: about (\d+) min", first)
    if not minutes:
        return UNDER_AN_HOUR
    return f"about {round(sum(map(int, minutes.groups())) / 30) / 2:g} hours"


def _title(notebook: Path) -> str:
    """The first line of a notebook, its heading."""
    return nbformat.read(notebook, as_version=4).cells[0].source.splitlines()[0]


def module_pages() -> dict[str, str]:
    """A page a module of ``utils``, from its docstrings."""
    pages = {}
    for path in sorted((ROOT / "utils").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if path.name != "__init__.py":
            pages[name] = (
                f"# `{name}`\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n```\n"
            )
    return pages


def main() -> int:
    """Gather and build; a warning is a failure."""
    source, site = BOOK / "source", BOOK / "html"
    gather(source)
    code = build_main(["-q", "-W", "--keep-going", "-E", "-b", "html", str(source), str(site)])
    if code == 0:
        print(f"The site is in {site.relative_to(ROOT)}: open index.html in a browser.")
    return code


if __name__ == "__main__":
    sys.exit(main())
