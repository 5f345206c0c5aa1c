"""``course grade``: submissions in, a gradebook and reports out."""

from __future__ import annotations

import contextlib
import functools
import json
import multiprocessing
import os
import re
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from utils import catalogue
from utils.grading import answers, marking, submissions
from utils.grading.answers import Answer, Submission
from utils.grading.journal import Journal, key
from utils.grading.marking import Row, Task
from utils.grading.sandbox import client, confinement
from utils.grading.sandbox.client import Limits, NotSafe
from utils.grading.submissions import CannotGrade, HandedIn

# Imported by the warm parent when a submission names them, so that no child has to.
LIBRARIES = (
    "scipy.stats",
    "scipy.optimize",
    "sklearn.linear_model",
    "sklearn.ensemble",
    "sklearn.metrics",
    "statsmodels.api",
    "matplotlib.pyplot",
)
# What plain data needs in every child.
ALWAYS = ("numpy", "pandas", "scipy.sparse")


@dataclass
class Marked:
    """Everything that the reports are written from."""

    handed_in: list[HandedIn]
    rows: list[Row]
    seed: int
    topics: list[str]
    reused: int
    warnings: list[str]


def grade(
    folder: Path,
    out: Path,
    *,
    jobs: int | None = None,
    limits: Limits | None = None,
    scheduler: str | None = None,
    chapters: Sequence[str] = (),
    seed: int | None = None,
    unsafe: bool = False,
    progress: bool = True,
) -> Marked:
    """Mark every submission in ``folder`` and write the reports to ``out``.

    Parameters
    ----------
    folder, out : Path
        A run that was stopped is resumed when ``out`` is the same.
    jobs : int, optional
        Submissions marked at a time; by default one for each processor.
    scheduler : str, optional
        The address of a Dask cluster to mark on.
    chapters : sequence of str
        Numbers of the chapters to mark, as in ``03``; by default those that were handed in.
    seed : int, optional
        To mark with known inputs; by default they are drawn anew and the seed is recorded.
    unsafe : bool
        Mark although protections are absent.

    Raises
    ------
    CannotGrade
        When the submissions, or the report's folder, are not as they should be.
    NotSafe
        When protections are absent and ``unsafe`` is not set.
    """
    limits = limits or Limits()
    layers = confinement.available()
    missing = layers.missing()
    if not layers.enough and not unsafe:
        raise NotSafe(
            " ".join(missing) + " To mark all the same, in a fresh interpreter for each answer "
            "with resource limits alone, add --unsafe."
        )
    handed_in = submissions.collect(folder)
    out.mkdir(parents=True, exist_ok=True)
    seed = _seed(out, seed)
    taken_apart = [Submission(list(each.cells)) for each in handed_in]
    for each, parts in zip(handed_in, taken_apart, strict=True):
        each.notes += parts.notes
    topics = _topics(chapters, taken_apart)
    libraries = _libraries(taken_apart)
    server = None
    if layers.enough and not scheduler:
        # Before any hidden input is drawn.
        server = client.Server(limits, libraries)
    try:
        address = server.address if server else None
        blank = Task("", (), seed, limits, address, libraries, unsafe)
        plan = [
            (each, _questions(parts, topics))
            for each, parts in zip(handed_in, taken_apart, strict=True)
        ]
        journal = Journal(out / "journal.jsonl")
        tasks = _open_tasks(plan, blank, journal)
        reused = sum(isinstance(q, Answer) for _, qs in plan for _, _, q in qs) - sum(
            len(task.answers) for task in tasks
        )
        with _executor(jobs, scheduler, server, tasks) as executor:
            _work(executor, tasks, journal, progress)
    finally:
        if server:
            server.close()
    rows = _rows(plan, blank, journal)
    return Marked(handed_in, rows, seed, topics, reused, missing)


# ---- what is to be done ---------------------------------------------------------------------


def _seed(out: Path, wanted: int | None) -> int:
    """The secret seed of this report: the recorded one, so that a run can be resumed."""
    path = out / "run.json"
    if wanted is None and path.exists():
        try:
            return int(json.loads(path.read_text("utf-8"))["seed"])
        except (ValueError, KeyError, TypeError):
            raise CannotGrade(f"{path} is damaged: give another folder with --out.") from None
    seed = secrets.randbits(48) if wanted is None else wanted
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "w", encoding="utf-8") as file:
        json.dump({"seed": seed}, file)
    return seed


def _topics(chapters: Sequence[str], taken_apart: Sequence[Submission]) -> list[str]:
    """The topics to mark: those asked for, or those of which somebody wrote something."""
    known = catalogue.topics()
    if chapters:
        chosen = [t for t in known if catalogue.chapter(t).number in chapters]
        missing = set(chapters) - {catalogue.chapter(t).number for t in chosen}
        if missing:
            raise CannotGrade(f"No chapter {min(missing)} has exercises: see notebooks/.")
        return chosen
    written = set().union(*(parts.functions for parts in taken_apart))
    touched = [topic for topic in known if written & catalogue.defined(topic)]
    chosen = [
        t for t in touched if 2 * len(written & set(catalogue.load(t))) >= len(catalogue.load(t))
    ]
    if not chosen:
        raise CannotGrade("No submission defines an exercise: say which chapter with --chapter 03.")
    return chosen


def _libraries(taken_apart: Sequence[Submission]) -> tuple[str, ...]:
    """The modules to import once for all."""
    words = set().union(
        *(re.findall(r"\w+", cell.source) for parts in taken_apart for cell in parts.cells)
    )
    return (*ALWAYS, *(each for each in LIBRARIES if words.issuperset(each.split("."))))


Question = tuple[str, str, Answer | str]


def _questions(parts: Submission, topics: Sequence[str]) -> list[Question]:
    """Topic, exercise, and the answer or the sentence that says why there is none."""
    known = frozenset().union(*map(catalogue.defined, catalogue.topics()))
    questions: list[Question] = []
    for topic in topics:
        names = list(catalogue.load(topic))
        identities = _handed_out(topic)
        for position, name in enumerate(names):
            try:
                found = parts.answer(name, names[:position], known, identities.get(name, ""))
            except RecursionError:
                found = f"What defines {name} is nested too deeply."
            questions.append((topic, name, found))
    return questions


@functools.cache
def _handed_out(topic: str) -> dict[str, str]:
    """For each exercise, the id of its stub's cell in the learner's notebook."""
    path = catalogue.chapter(topic).notebook
    if not path.exists():
        return {}
    return dict(answers.definitions(submissions.read_notebook(path)[0]))


def _open_tasks(
    plan: Sequence[tuple[HandedIn, list[Question]]], blank: Task, journal: Journal
) -> list[Task]:
    """A task for each learner with answers that the journal does not have."""
    tasks = []
    for each, questions in plan:
        task = replace(blank, learner=each.learner.key)
        still_open = tuple(
            (topic, found)
            for topic, _, found in questions
            if isinstance(found, Answer) and key(task, topic, found) not in journal.rows
        )
        if still_open:
            tasks.append(replace(task, answers=still_open))
    return tasks


def _rows(
    plan: Sequence[tuple[HandedIn, list[Question]]], blank: Task, journal: Journal
) -> list[Row]:
    """A row for each learner and exercise, whatever became of it."""
    rows = []
    for each, questions in plan:
        task = replace(blank, learner=each.learner.key)
        for topic, name, found in questions:
            if isinstance(found, Answer):
                rows.append(journal.rows[key(task, topic, found)])
            else:
                nothing = "no submission" if not each.paths else "not found"
                status = "syntax error" if "is not Python" in found else nothing
                rows.append(marking.unmarked(each.learner.key, topic, name, status, found))
    return rows


# ---- doing it -------------------------------------------------------------------------------


def _work(executor: Executor, tasks: Sequence[Task], journal: Journal, shown: bool) -> None:
    """Mark ``tasks`` and write each one's rows down as soon as they are there."""
    waiting = list(tasks)
    alone = False
    with _bar(len(tasks), shown) as advance:
        while waiting:
            # After a worker died, one at a time: then it is known whose answer it was.
            batch = waiting[:1] if alone else waiting
            futures: dict[Future, Task] = {}
            lost: list[Task] = []
            try:
                for task in batch:
                    futures[executor.submit(marking.mark, task)] = task
            except BrokenProcessPool:
                pass
            for future in as_completed(futures):
                task = futures[future]
                try:
                    rows = future.result()
                except NotSafe:
                    raise
                except BrokenProcessPool:
                    lost.append(task)
                    continue
                except Exception as error:
                    rows = _not_marked(task, f"Marking failed ({type(error).__name__}: {error}).")
                _write_down(journal, task, rows)
                advance()
            if lost and alone:
                _write_down(journal, lost[0], _not_marked(lost[0], "Marking it ended the marker."))
                advance()
                lost = []
            done = {id(task) for task in futures.values()} - {id(task) for task in lost}
            waiting = [task for task in waiting if id(task) not in done and task not in lost] + lost
            if isinstance(executor, _Pool) and (lost or alone or len(futures) < len(batch)):
                executor.renew()
                alone = True


def _not_marked(task: Task, why: str) -> list[Row]:
    return [
        marking.unmarked(task.learner, topic, answer.exercise, "not marked", why, answer.code)
        for topic, answer in task.answers
    ]


def _write_down(journal: Journal, task: Task, rows: Sequence[Row]) -> None:
    entries = [
        (key(task, topic, answer), row)
        for (topic, answer), row in zip(task.answers, rows, strict=True)
    ]
    # What was not marked for a reason of ours is tried again by the next run.
    journal.append((k, row) for k, row in entries if row.status != "not marked")
    journal.rows.update(entries)


@contextlib.contextmanager
def _bar(total: int, shown: bool) -> Iterator[Callable[[], None]]:
    """A progress bar on a terminal's error stream."""
    if not shown or not total or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), auto_refresh=False) as bar:
        # No refreshing thread: workers are forked while the bar is shown.
        line = bar.add_task("marking", total=total)
        yield lambda: bar.update(line, advance=1, refresh=True)


class _Pool(Executor):
    """A process pool that can be made anew after one of its processes died."""

    def __init__(self, workers: int, server: client.Server | None) -> None:
        self.workers, self.server = workers, server
        self.pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        # Forked where that is usual: the workers have what this process has imported and computed.
        way = "fork" if sys.platform == "linux" else "spawn"
        start = (self.server, os.getpid()) if way == "fork" else (None, os.getpid())
        context = multiprocessing.get_context(way)
        return ProcessPoolExecutor(self.workers, context, _begin, start)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future:
        return self.pool.submit(fn, *args, **kwargs)

    def renew(self) -> None:
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.pool = self._new()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.pool.shutdown(wait, cancel_futures=cancel_futures)


def _begin(server: client.Server | None, marker: int) -> None:
    """In a new worker: end when the one who asked for marks is gone."""
    if server:
        server.forget()

    def watch() -> None:
        while os.getppid() == marker:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def _executor(
    jobs: int | None, scheduler: str | None, server: client.Server | None, tasks: Sequence[Task]
) -> Iterator[Executor]:
    if scheduler:
        try:
            from distributed import Client
        except ImportError:
            raise CannotGrade(
                "A cluster needs the package distributed: pip install -e '.[teach]'."
            ) from None
        with Client(scheduler) as client, client.get_executor(pure=False, retries=3) as executor:
            yield executor
        return
    workers = max(1, min(jobs or os.cpu_count() or 1, len(tasks)))
    for topic, name in {(topic, a.exercise) for task in tasks for topic, a in task.answers}:
        # Once here, and not in every worker.
        catalogue.load(topic)[name].prepare(tasks[0].seed)
    with _Pool(workers, server) as executor:
        yield executor
