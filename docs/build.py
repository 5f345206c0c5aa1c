"""Build the site in ``build/book/html``, from what is in the course and from nothing else.

    python docs/build.py [--all]

The Chinese edition is in ``zh/`` below it, page for page; every page links to its other language.
Chapters are the solved notebooks with their solutions folded; the question bank and the modules of
``utils`` get a page each. A class that nobody teaches is marked for its report, where the sandbox
can be had; nothing else is executed, and nothing is fetched. What has not changed since it was made
is not made again, unless all is asked for.
"""

from __future__ import annotations

import argparse
import filecmp
import hashlib
import re
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import yaml
from sphinx.cmd.build import build_main

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from utils import catalogue, files, translation  # noqa: E402 - the course must be found first
from utils.catalogue import Chapter  # noqa: E402
from utils.editions import demo_class  # noqa: E402
from utils.editions import source as sources  # noqa: E402
from utils.editions import translation as editions  # noqa: E402
from utils.editions.messages import in_markdown  # noqa: E402
from utils.editions.source import exercise_name  # noqa: E402
from utils.grading import grade, report  # noqa: E402
from utils.grading.budget import Limits  # noqa: E402
from utils.grading.sandbox import confinement  # noqa: E402
from utils.interview import bank  # noqa: E402
from utils.translation import message, translated  # noqa: E402

DOCS = ROOT / "docs"
BOOK = ROOT / "build" / "book"
REPORT = message(
    '<a href="demo_class/index.html">The report on this class</a> is what an instructor reads.'
)
NO_REPORT = message(
    "The report is here when the site is built on Linux: the sandbox is complete only there."
)
# Some answers of the class never end.
SHORT = Limits(seconds=4)
# The chapters that are no interview question, and how long they take.
WITHOUT_QUESTION = {
    "start_here": message("How an answer is checked, how a chapter works, and where to begin."),
    "mock_interview": message(
        "Six parts against the clock, and a scorecard: what to practise next."
    ),
}
UNDER_AN_HOUR = message("about an hour")


def gather(source: Path) -> None:
    """Put the pages of the site into ``source``; those that have not changed keep their dates."""
    draft = source.with_name(f"{source.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    _gather(draft)
    for page in filter(Path.is_file, draft.rglob("*")):
        before = source / page.relative_to(draft)
        if before.is_file() and filecmp.cmp(before, page, shallow=False):
            shutil.copystat(before, page)
    shutil.rmtree(source, ignore_errors=True)
    draft.rename(source)


def _gather(source: Path) -> None:
    (source / "chapters").mkdir(parents=True)
    for page in [*DOCS.glob("*.md"), *DOCS.glob("*.png"), DOCS / "favicon.svg", DOCS / "conf.py"]:
        shutil.copy(page, source)
    front = source / "index.md"
    text = front.read_text("utf-8")
    if spoken() != "en":
        # What it says in Chinese for those who came to the English page would be said twice.
        text = re.sub(r'<p lang="zh">.*?</p>\n', "", text)
        text = in_markdown(text, lambda text: translation.of("site", "index", text))
        text = text.replace("checked_exercise.png", "checked_exercise_zh.png")
        # The modules are in English alone.
        text = re.sub(r"```\{toctree\}\n:caption: Modules\n.*?```\n", "", text, flags=re.S)
        text = re.sub(r"(?<=:caption: ).+", lambda found: translated(found[0]), text)
        for page in (DOCS / spoken()).glob("*.md"):
            shutil.copy(page, source)
    front.write_text(text.replace("<!-- cards -->", cards()), "utf-8")
    page = source / "demo_class.md"
    can = confinement.available().enough
    said = translated(REPORT if can else NO_REPORT)
    page.write_text(page.read_text("utf-8").replace("<!-- report -->", said), "utf-8")
    (source / "_static").mkdir()
    shutil.copy(DOCS / "style.css", source / "_static")
    shutil.copytree(DOCS / "templates", source / "_templates")
    (source / "datasets").mkdir()
    for card in (ROOT / "datasets").glob("*.md"):
        shutil.copy(card, source / "datasets")
    for chapter in catalogue.chapters():
        nbformat.write(folded(chapter), source / "chapters" / chapter.notebook.name)
    written = {"questions": question_pages()}
    if spoken() == "en":
        written["modules"] = module_pages()
    for folder, pages in written.items():
        (source / folder).mkdir()
        for name, text in pages.items():
            (source / folder / f"{name}.md").write_text(text, "utf-8")


def spoken() -> str:
    """The language of the pages that are made."""
    return translation.language()


def _books(chapter: Chapter) -> tuple[nbformat.NotebookNode, nbformat.NotebookNode]:
    """The learner's and the solved edition, with links as they are in the folder of chapters."""
    if spoken() == "en":
        return sources.read(chapter.notebook), sources.read(chapter.solved)
    pair = editions.learner(chapter, spoken()), editions.solved(chapter, spoken())
    for book in pair:
        for cell in book.cells:
            cell.source = cell.source.replace("](../../", "](../")
    return pair


def report_on_a_class(handed_in: Path, chosen: str, pages: Path, code: str) -> None:
    """Mark the class that nobody teaches, and put the report beside the pages of a language.

    It is marked again where ``code``, the digest of what it is marked with, is another one.
    """
    marked, out = BOOK / f"report_{chosen}", pages / "demo_class"
    if not _is_of(marked, code):
        _made_of(marked, "")
        shutil.rmtree(marked, ignore_errors=True)
        with translation.speaking(chosen):
            found = grade.grade(
                handed_in, marked, limits=SHORT, chapters=["03"], seed=0, progress=False
            )
            report.write(found, marked)
        _made_of(marked, code)
    shutil.rmtree(out, ignore_errors=True)
    # Neither the seed nor the result cache is for readers.
    unread = shutil.ignore_patterns("run.json", "*.jsonl")
    shutil.copytree(marked, out, ignore=unread)


def marked_with(handed_in: Path) -> str:
    """A digest of a class and of all that marks it."""
    parts = ("utils", "solutions", "locale", "datasets")
    read = [path for part in parts for path in (ROOT / part).rglob("*") if path.is_file()]
    read += [ROOT / "requirements.lock", *handed_in.rglob("*.ipynb"), Path(__file__)]
    return files.digest((path for path in read if path.suffix != ".pyc"), ROOT)


def _is_of(folder: Path, code: str) -> bool:
    """Whether a folder was made, to its end, of the sources with this digest."""
    made = folder.with_suffix(".made_of")
    return folder.exists() and made.exists() and made.read_text() == code


def _made_of(folder: Path, code: str) -> None:
    folder.with_suffix(".made_of").write_text(code)


def folded(chapter: Chapter) -> nbformat.NotebookNode:
    """The solved edition: each solution folded under its stub, figures with alternative text."""
    learner, book = _books(chapter)
    cells = []
    for cell, stub in zip(book.cells, learner.cells, strict=True):
        if exercise_name(stub):
            # With an id that is the same each time.
            cells.append(nbformat.v4.new_code_cell(stub.source, id=f"{stub.id}-stub"))
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
    summary = translated("Answer, points, red flags")
    fold = f'<details class="answer" name="answer"><summary>{summary}</summary>'
    for question in [*bank.questions(), *bank.decisions()]:
        if question.topic in bank.SECTIONS:
            stem, title = f"{question.topic}", f"# {bank.title(question.topic)}"
        else:
            chapter = catalogue.chapter(question.topic)
            stem, title = chapter.stem, f"# {_heading(chapter)}"
        heading, _, said, _, rest = bank.as_text(question).split("\n", 4)
        if spoken() != "en":
            heading, said = f"### {said}", heading.removeprefix("### ")
        table = ['<div class="wide">', bank.as_table(question), "</div>"] if question.table else []
        opening = [title, translated(bank.NOT_OURS)] if question.topic == "foundations" else [title]
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
        lines = [f"<b>{chapter.number} · {escape(translation.title(chapter))}</b>"]
        if chapter.topic in main:
            question, found = main[chapter.topic], surprising[chapter.topic]
            lines += [f'<span lang="zh">{escape(question.zh)}</span>']
            if spoken() == "en":
                lines += [_span(question.en), f"<em>{escape(found['en'])}</em>"]
            lines += [f'<em lang="zh">{escape(found["zh"])}</em>']
        else:
            lines.append(_span(translated(WITHOUT_QUESTION[chapter.topic])))
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
        return translated(UNDER_AN_HOUR)
    hours = round(sum(map(int, minutes.groups())) / 30) / 2
    return translated("about {n} hours", n=f"{hours:g}")


def _heading(chapter: Chapter) -> str:
    """The heading of a notebook, with its number."""
    return translation.of(chapter.topic, "notebook", chapter.heading)


def module_pages() -> dict[str, str]:
    """A page a package of ``utils``, from its docstrings."""
    pages = {}
    for package in sorted(each.parent for each in (ROOT / "utils").rglob("__init__.py")):
        name = _dotted(package)
        modules = [_dotted(path.with_suffix("")) for path in sorted(package.glob("[!_]*.py"))]
        parts = [f"# `{name}`", _documented(name)]
        for module in modules:
            parts += [f"## `{module.removeprefix(name + '.')}`", _documented(module)]
        pages[name] = "\n\n".join(parts) + "\n"
    return pages


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).parts)


def _documented(module: str) -> str:
    return f"```{{eval-rst}}\n.. automodule:: {module}\n   :members:\n```"


def _build(chosen: str, source: Path, site: Path, options: list[str]) -> int:
    translation.use(chosen)
    gather(source)
    doctrees, code = BOOK / f"doctrees_{chosen}", on_every_page(source)
    if not site.exists() or not _is_of(doctrees, code):
        shutil.rmtree(doctrees, ignore_errors=True)
    # After a warning all is read again, or the next build would say nothing of it.
    _made_of(doctrees, "")
    how = ["-q", "-W", "--keep-going", "-d", str(doctrees), "-b", "html", *options]
    failed = int(build_main([*how, str(source), str(site)]))
    if not failed:
        _made_of(doctrees, code)
    return failed


def on_every_page(source: Path) -> str:
    """A digest of what shows on pages other than its own: settings, style, names and headings."""
    found = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for page in sorted(filter(Path.is_file, source.rglob("*"))):
        content = page.read_bytes()
        if page.suffix in (".md", ".ipynb"):
            heading = re.search(rb'^\s*"?# .*', content, re.M)
            content = heading[0] if heading else b""
        found.update(str(page.relative_to(source)).encode() + b"\0" + content + b"\0")
    return found.hexdigest()


def main() -> int:
    """Gather and build; a warning is a failure."""
    parser = argparse.ArgumentParser(description="Build the site.")
    parser.add_argument("--learners", type=int, default=16, help="of the class that is shown")
    parser.add_argument("--all", action="store_true", help="make again what has not changed")
    chosen = parser.parse_args()
    if chosen.all:
        for made in BOOK.glob("*.made_of"):
            made.unlink()
    pages = {"en": BOOK / "html", "zh": BOOK / "html" / "zh"}
    options = {"en": [], "zh": ["-D", "language=zh_CN"]}
    # Pages and reports of the two languages need nothing of each other.
    with ProcessPoolExecutor(4) as beside:
        built = [
            beside.submit(_build, each, BOOK / f"source_{each}", pages[each], options[each])
            for each in pages
        ]
        # The code of the class attacks: where it cannot be confined it is not run.
        if confinement.available().enough:
            handed_in = BOOK / "class"
            shutil.rmtree(handed_in, ignore_errors=True)
            demo_class.write(chosen.learners, handed_in)
            code = marked_with(handed_in)
            built += [
                beside.submit(report_on_a_class, handed_in, each, pages[each], code)
                for each in pages
            ]
        failed = max(each.result() or 0 for each in built)
    if failed == 0:
        print(f"The site is in {pages['en'].relative_to(ROOT)}: open index.html in a browser.")
    return failed


if __name__ == "__main__":
    sys.exit(main())
