"""``course build``: the editions that are derived, and whether they are what their sources say.

From the sources come the stubs in the learner's notebook and the solved notebook, executed.
"""

from __future__ import annotations

import contextlib
import copy
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from utils import catalogue, files
from utils.catalogue import Chapter
from utils.editions import source, translation
from utils.editions.source import BuildError, learner_edition, shown, solved_edition

EXECUTION_SECONDS = 300
# The languages in which everything is said; of another one, what is missing is said in English.
COMPLETE = ("zh",)
# What editions are made of, beside the pages at the top, and where a digest of it is kept.
PARTS = ("notebooks", "solutions", "utils", "datasets", "locale", "docs", "requirements.lock")
IN_STEP = Path("build", "in_step")


@dataclass(frozen=True)
class Stale:
    """A derived file that is not what its sources say, and why."""

    path: Path
    why: str

    def __str__(self) -> str:
        return f"{shown(self.path)}: {self.why}"


def build(force: bool = False, numbers: Sequence[str] = ()) -> list[Path]:
    """Bring every derived notebook up to date, and return those that changed.

    Stored outputs are kept where no code cell changed, unless ``force`` asks for a new execution.

    Parameters
    ----------
    force : bool
        Execute notebooks whose code did not change too.
    numbers : sequence of str
        Only the chapters with these numbers, as in ``03``; all by default.

    Raises
    ------
    BuildError
        Before anything is written, when names and cells do not match; or when a notebook fails.
    """
    chosen = [each for each in catalogue.chapters() if not numbers or each.number in numbers]
    missing = set(numbers) - {each.number for each in chosen}
    if missing:
        raise BuildError(f"There is no notebook with the number {min(missing)}: see notebooks/.")
    plans = [(chapter, learner_edition(chapter)) for chapter in chosen]
    changed = []
    for chapter, learner in plans:
        solved = solved_edition(learner, chapter)
        stored = _stored(chapter.solved)
        if stored is None or force or _code(stored) != _code(solved):
            execute(solved, chapter)
        else:
            _adopt_outputs(solved, stored)
        for path, book in ((chapter.notebook, learner), (chapter.solved, solved)):
            if files.update(path, source.text(book)):
                changed.append(path)
    for language in translation.languages():
        changed += translation.build(language)
    return changed


def stale() -> list[Stale]:
    """The derived files that ``course build`` would change.

    Raises
    ------
    BuildError
        When names and cells do not match.
    """
    found = []
    for chapter in catalogue.chapters():
        learner = learner_edition(chapter)
        if source.text(learner) != chapter.notebook.read_text("utf-8"):
            why = f"its stubs or outputs are not what {shown(chapter.reference)} says"
            found.append(Stale(chapter.notebook, why))
        path = chapter.solved
        solved, stored = solved_edition(learner, chapter), _stored(path)
        if stored is None:
            found.append(Stale(path, "it has not been built"))
        elif _code(stored) != _code(solved):
            why = f"its code is not what {shown(chapter.notebook)} and the reference say"
            found.append(Stale(path, why))
        else:
            _adopt_outputs(solved, stored)
            if source.text(solved) != path.read_text("utf-8"):
                found.append(Stale(path, f"its prose is not what {shown(chapter.notebook)} says"))
    for language in translation.languages():
        found += [Stale(*each) for each in translation.stale(language)]
        found += [Stale(*each) for each in translation.mistakes(language)]
        if language in COMPLETE:
            found += [Stale(*each) for each in translation.unfinished(language)]
    return found


def stale_after_changes() -> list[Stale]:
    """As `stale`, and at once where no file has changed since nothing was stale."""
    if in_step():
        return []
    found = stale()
    if not found:
        with contextlib.suppress(OSError):
            files.replace(catalogue.ROOT / IN_STEP, _digest_of_editions())
    return found


def in_step() -> bool:
    """Whether no file has changed since nothing was stale; False where that is not known."""
    kept = catalogue.ROOT / IN_STEP
    return kept.exists() and kept.read_text("utf-8") == _digest_of_editions()


def _digest_of_editions() -> str:
    """What changes with every file that is derived, or that something is derived from."""
    root = catalogue.ROOT
    found = (path for name in PARTS for path in [root / name, *(root / name).rglob("*")])
    kept = (p for p in [*root.glob("*.md"), *found] if p.is_file() and p.suffix != ".pyc")
    return files.digest(kept, root)


def execute(book: NotebookNode, chapter: Chapter) -> None:
    """Run every cell of ``book`` in a fresh kernel and keep the outputs in it.

    Raises
    ------
    BuildError
        When a cell raises; the message names the notebook and the cell.
    """
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    # A solved notebook must not depend on what its builder has passed.
    environment = {key: value for key, value in os.environ.items() if key != "COURSE_PROGRESS"}
    client = NotebookClient(
        book,
        timeout=EXECUTION_SECONDS,
        kernel_name="python3",
        record_timing=False,
        coalesce_streams=True,
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(catalogue.SOLUTIONS)}},
    )
    try:
        client.execute(env=environment)
    except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
        ansi = re.compile(r"\x1b\[[0-9;]*m")
        lines = [line for line in ansi.sub("", str(error)).splitlines() if line.strip()]
        raise BuildError(f"{shown(chapter.notebook)}, solved, does not run: {lines[-1]}") from None
    for cell in book.cells:
        cell.metadata = source.tags(cell)
    book.metadata = copy.deepcopy(source.METADATA)


def _stored(path: Path) -> NotebookNode | None:
    return source.read(path) if path.exists() else None


def _code(book: NotebookNode) -> list[str]:
    return [cell.source for cell in book.cells if cell.cell_type == "code"]


def _adopt_outputs(book: NotebookNode, stored: NotebookNode) -> None:
    olds = (cell for cell in stored.cells if cell.cell_type == "code")
    for cell in book.cells:
        if cell.cell_type == "code":
            old = next(olds)
            cell.outputs, cell.execution_count = old.outputs, old.execution_count
