"""``course grade``: submissions in, a gradebook and reports out."""

from __future__ import annotations

import contextlib
import difflib
import json
import math
import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from utils import catalogue, files
from utils.grading import marking, pool, scoring, settlement, submissions, times
from utils.grading.answers import Answer, Missing
from utils.grading.assignment import LATEST, Assignment
from utils.grading.budget import Limits
from utils.grading.handed_in import beside
from utils.grading.marking import Row, Task
from utils.grading.policy import Adjustment
from utils.grading.reading import Found, Reader, Reading
from utils.grading.results import ResultCache, key
from utils.grading.roster import CannotGrade, Roster
from utils.grading.sandbox import client, confinement
from utils.grading.sandbox.client import NotSafe
from utils.grading.scoring import Collected, Score
from utils.grading.status import Status
from utils.grading.submissions import Submission
from utils.translation import language, translated

MAX_JOBS = 1_024
RESULTS = "results.jsonl"


@dataclass
class Marked:
    """Everything that the reports are written from."""

    submissions: list[Submission]
    rows: list[Row]
    seed: int
    topics: list[str]
    reused: int
    warnings: list[str] = field(default_factory=list)
    # What was asked, where an assignment says it; by default whole chapters.
    title: str = ""
    # What a person changed or said, in the order of the file.
    adjustments: list[Adjustment] = field(default_factory=list)
    # Answers in prose, and what people gave them.
    collected: Collected = field(default_factory=Collected)
    scores: list[Score] = field(default_factory=list)

    @property
    def not_marked(self) -> list[Row]:
        """What has no mark, for a reason that is not the learner's."""
        return [row for row in self.rows if row.status == Status.NOT_MARKED]


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
    assignment: Assignment | None = None,
    exercises: Sequence[str] = (),
    adjustments: Path | None = None,
    meanwhile: Callable[[], None] = lambda: None,
) -> Marked:
    """Mark every submission in ``folder`` and keep in ``out`` what is needed to go on from there.

    Parameters
    ----------
    jobs, chapters : optional
        Submissions at a time; numbers of chapters, as in ``03``, by default those handed in.
    scheduler, seed : optional
        The address of a Dask cluster; another seed than the one that ``out`` records.
    assignment : Assignment, optional
        What is asked, its points, and what lateness and attempts mean.
    exercises : sequence of str
        Mark these again, and take every other mark as it was.
    adjustments : Path, optional
        A person's changes, by default ``adjustments.csv`` beside the submissions.
    meanwhile : callable, optional
        Called when every answer is given out and this process has nothing to do but wait.

    Raises
    ------
    CannotGrade, NotSafe, SandboxEnded
        When options or submissions are wrong, protections absent, the sandbox dead.
    """
    limits = limits or Limits()
    _check_options(folder, out, jobs, limits, seed)
    if assignment and chapters:
        raise CannotGrade("An assignment says its chapters: leave out --chapter.")
    warnings = _protections(unsafe)
    counts = assignment.attempt_counts if assignment else LATEST
    allowed = assignment.attempts_allowed if assignment else None
    # Before any hidden input is drawn; it warms up while submissions are read.
    with _fork_server(limits, scheduler) as server:
        handed_in = submissions.collect(
            folder, out, counts=counts, allowed=allowed, warnings=warnings
        )
        roster = Roster({each.learner.key: each.learner for each in handed_in})
        # Whatever is wrong with a list is said before anything is marked.
        by_hand = _by_hand(folder, adjustments)
        if assignment:
            warnings += _lateness(folder, handed_in, assignment, roster)
        seed = _seed(out, seed)
        topics = assignment.topics if assignment else _chosen(chapters)
        asked = frozenset(assignment.by_exercise) if assignment else None
        plan = _Plan(handed_in, topics, asked, _again(exercises, topics, asked))
        if server:
            server.open(plan.libraries)
        scores = scoring.read(Collected(seed, plan.texts_of(handed_in)), out)
        cache = ResultCache(out / RESULTS)
        address = server.address if server else None
        blank = Task("", (), seed, limits, address, plan.libraries, unsafe, language())
        tasks = plan.open_tasks(blank, cache)
        workers = max(1, min(jobs or os.cpu_count() or 1, len(tasks)))
        if not scheduler:
            _prepare(tasks)
        with pool.executor(workers, scheduler, server) as executor:
            _work(executor, tasks, cache, progress, meanwhile)
    reused = plan.n_answers - sum(len(task.answers) for task in tasks)
    marks = list(zip(handed_in, plan.rows(blank, cache), strict=True))
    if assignment:
        weighed = ((each, settlement.weighed(assignment, each, rows)) for each, rows in marks)
        marks = settlement.one_attempt(weighed, counts)
    handed_in, groups = map(list, zip(*marks, strict=True))
    # Of several attempts the text of the one that counts.
    collected = Collected(seed, plan.texts_of(handed_in))
    also = {each.exercise for _, each in by_hand}
    texts = scoring.rows(handed_in, collected, scores, also)
    rows, used, unused = settlement.adjusted([*chain(*groups), *texts], by_hand, roster)
    for each in handed_in:
        mine = [said for said in used if said.learner == each.learner.key]
        each.remarks = [said for said in mine if not said.exercise]
    title = assignment.title if assignment else ""
    marked = Marked(handed_in, rows, seed, plan.topics, reused, warnings + unused, title, used)
    return replace(marked, collected=collected, scores=scores)


# ---- what is to be done ---------------------------------------------------------------------


def _check_options(
    folder: Path, out: Path, jobs: int | None, limits: Limits, seed: int | None
) -> None:
    """Say what is wrong with an option before anything is done."""
    if jobs is not None and not 1 <= jobs <= MAX_JOBS:
        raise CannotGrade(f"--jobs is {jobs}: give a number from 1 to {MAX_JOBS:,}.")
    seconds = limits.seconds
    if seconds is not None and not (math.isfinite(seconds) and 0.05 <= seconds <= 3_600):
        raise CannotGrade(
            f"--timeout is {seconds:g}: give the seconds of a call, from 0.05 to 3600."
        )
    if not 64 <= limits.memory_mb <= 2**20:
        raise CannotGrade(
            f"--memory is {limits.memory_mb}: give the MB of an answer, from 64 to {2**20:,}."
        )
    if seed is not None and not 0 <= seed < 2**63:
        raise CannotGrade(f"--seed is {seed}: give a whole number from 0 up, as a report says it.")
    if out.exists() and not out.is_dir():
        raise CannotGrade(f"{out} is a file: give a folder for the report with --out.")
    if out.resolve() == folder.resolve():
        raise CannotGrade(f"{out} holds the submissions: give another folder for the report.")


def _protections(unsafe: bool) -> list[str]:
    """What is said about protections that are absent, where marking goes on without them."""
    layers = confinement.available()
    missing = layers.missing()
    if not layers.enough and not unsafe:
        raise NotSafe(
            " ".join(missing) + " To mark all the same, in a fresh interpreter for each answer "
            "with resource limits alone, add --unsafe."
        )
    return [translated(sentence) for sentence in missing]


@contextlib.contextmanager
def _fork_server(limits: Limits, scheduler: str | None) -> Iterator[client.Server | None]:
    """A fork server where one can be had, and the marking is done on this machine."""
    if scheduler or not confinement.available().enough:
        yield None
        return
    with contextlib.closing(client.Server(limits)) as server:
        yield server


def _seed(out: Path, wanted: int | None) -> int:
    """The secret seed of this report: the recorded one, so that a run can be resumed."""
    path = out / "run.json"
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror
        raise CannotGrade(f"{out} cannot be made ({why}): give another folder.") from None
    if wanted is None and (kept := _recorded(path)) is not None:
        return kept
    seed = secrets.randbits(48) if wanted is None else wanted
    files.replace(path, json.dumps({"seed": seed}), private=True)
    return seed


def _recorded(path: Path) -> int | None:
    """The seed in a file; None where there is none, and nothing was marked with it."""
    if not path.exists() or not (path.stat().st_size or path.with_name(RESULTS).exists()):
        return None
    try:
        seed = int(json.loads(path.read_text("utf-8"))["seed"])
        if seed < 0:
            raise ValueError
        return seed
    except (ValueError, KeyError, TypeError):
        raise CannotGrade(f"{path} is damaged: give another folder with --out.") from None


def _by_hand(folder: Path, path: Path | None) -> list[tuple[int, Adjustment]]:
    """What a person changed."""
    if path and not path.exists():
        raise CannotGrade(f"{path} is not there: give the file of adjustments.")
    return settlement.read_adjustments(path or beside(folder, settlement.ADJUSTMENTS))


def _lateness(
    folder: Path, handed_in: Sequence[Submission], assignment: Assignment, roster: Roster
) -> list[str]:
    """Write down how late each submission is, and say what is not known."""
    notes: list[str] = []
    path = beside(folder, times.SUBMITTED)
    listed = times.read(path, roster, assignment.zone, notes)
    return notes + times.judge(handed_in, assignment, listed)


def _again(
    names: Sequence[str], topics: Sequence[str] | None, asked: frozenset[str] | None
) -> frozenset[str]:
    """The exercises that are marked again."""
    known = [n for topic in topics or catalogue.topics() for n in catalogue.load(topic)]
    known = [name for name in known if asked is None or name in asked]
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {near[0]}?" if near else f"choose of {', '.join(known[:20])}."
            raise CannotGrade(f"No exercise that is marked here is called {name}: {hint}")
    return frozenset(names)


def _chosen(chapters: Sequence[str]) -> list[str] | None:
    """The topics that were asked for; None where nobody asked."""
    if not chapters:
        return None
    numbers = {f"{int(c):02d}" if c.isdecimal() and len(c) < 3 else c for c in chapters}
    known = catalogue.topics()
    chosen = [t for t in known if catalogue.chapter(t).number in numbers]
    missing = numbers - {catalogue.chapter(t).number for t in chosen}
    if missing:
        raise CannotGrade(f"No chapter {min(missing)} has exercises: see notebooks/.")
    return chosen


class _Plan:
    """Which answers there are, by learner, topic and exercise."""

    def __init__(
        self,
        handed_in: Sequence[Submission],
        topics: list[str] | None,
        asked: frozenset[str] | None,
        again: frozenset[str],
    ) -> None:
        self.submissions, self.asked, self.again = handed_in, asked, again
        with contextlib.closing(Reader()) as reader:
            self.readings = [reader.read(each, topics) for each in handed_in]
            self.topics = topics if topics is not None else self._touched()
            for each, reading in zip(handed_in, self.readings, strict=True):
                absent = [t for t in self.topics if t not in reading.answers]
                if absent and each.files and not reading.problem:
                    more = reader.read(each, absent)
                    reading.answers |= more.answers
                    reading.texts |= more.texts
        for each, reading in zip(handed_in, self.readings, strict=True):
            each.notes += reading.notes
        self._texts = {
            (each.learner.key, each.attempt): reading.texts
            for each, reading in zip(handed_in, self.readings, strict=True)
        }
        libraries = {name for reading in self.readings for name in reading.libraries}
        self.libraries = tuple(sorted(libraries))
        self.n_answers = sum(
            len(list(self._of(reading, topic)))
            for reading in self.readings
            for topic in self.topics
        )

    def texts_of(self, handed_in: Sequence[Submission]) -> dict[str, dict[str, str]]:
        """Answers in prose by learner and question; of several attempts those of the last."""
        found: dict[str, dict[str, str]] = {}
        for each in handed_in:
            if texts := self._texts[each.learner.key, each.attempt]:
                found[each.learner.key] = found.get(each.learner.key, {}) | texts
        return found

    def _touched(self) -> list[str]:
        """The topics of which somebody wrote half of the exercises."""
        touched = {topic for reading in self.readings for topic in reading.answers}
        if not touched:
            raise CannotGrade(
                "No submission defines half of a chapter's exercises: say which chapter to mark, "
                "as in --chapter 03."
            )
        return [topic for topic in catalogue.topics() if topic in touched]

    def open_tasks(self, blank: Task, cache: ResultCache) -> list[Task]:
        """A task for each learner with answers that the result cache does not have."""
        tasks = []
        for each, reading in zip(self.submissions, self.readings, strict=True):
            task = replace(blank, learner=each.learner.key)
            still_open = tuple(
                (topic, found)
                for topic in self.topics
                for found in self._of(reading, topic)
                if found.exercise in self.again or self._known(task, topic, found, cache) is None
            )
            if still_open:
                tasks.append(replace(task, answers=still_open))
        return tasks

    def _of(self, reading: Reading, topic: str) -> Iterator[Answer]:
        """The answers of a submission to what is asked of a topic."""
        for found in reading.answers.get(topic, ()):
            if isinstance(found, Answer) and (self.asked is None or found.exercise in self.asked):
                yield found

    def _known(self, task: Task, topic: str, found: Answer, cache: ResultCache) -> Row | None:
        """The mark that an answer has; an old one where other exercises are marked again."""
        row = cache.rows.get(key(task, topic, found))
        if row is None and self.again and found.exercise not in self.again:
            return cache.latest(task.learner, found)
        return row

    def rows(self, blank: Task, cache: ResultCache) -> list[list[Row]]:
        """For each submission a row an exercise, whatever became of it."""
        return [
            list(self._rows(replace(blank, learner=each.learner.key), each, reading, cache))
            for each, reading in zip(self.submissions, self.readings, strict=True)
        ]

    def _rows(
        self, task: Task, each: Submission, reading: Reading, cache: ResultCache
    ) -> Iterator[Row]:
        for topic in self.topics:
            for name, found in _each_exercise(topic, reading):
                if self.asked is not None and name not in self.asked:
                    continue
                known = (
                    self._known(task, topic, found, cache) if isinstance(found, Answer) else None
                )
                yield known or self._row(task, topic, name, found, each, reading)

    def _row(
        self,
        task: Task,
        topic: str,
        name: str,
        found: Found | None,
        submission: Submission,
        reading: Reading,
    ) -> Row:
        if isinstance(found, Missing):
            return marking.unmarked(task.learner, topic, name, found.status, found.why)
        if not submission.files:
            why = translated("No notebook was handed in.")
            return marking.unmarked(task.learner, topic, name, Status.NO_SUBMISSION, why)
        why = reading.problem or translated("What was handed in cannot be read.")
        return marking.unmarked(task.learner, topic, name, Status.UNREADABLE, why)


def _each_exercise(topic: str, reading: Reading) -> Iterator[tuple[str, Found | None]]:
    found = reading.answers.get(topic)
    for position, name in enumerate(catalogue.load(topic)):
        yield name, found[position] if found and not reading.problem else None


def _prepare(tasks: Sequence[Task]) -> None:
    """Compute what judging needs once here, and not in every worker."""
    for topic, name in sorted({(t, a.exercise) for task in tasks for t, a in task.answers}):
        catalogue.load(topic)[name].prepare(tasks[0].seed)


# ---- doing it -------------------------------------------------------------------------------


def _work(
    executor: pool.Executor,
    tasks: Sequence[Task],
    cache: ResultCache,
    shown: bool,
    meanwhile: Callable[[], None],
) -> None:
    """Mark ``tasks`` and write each one's rows down as soon as they are there."""
    with _bar(sum(len(task.answers) for task in tasks), shown) as advance:

        def marked(task: Task, rows: Sequence[Row]) -> None:
            _write_down(cache, task, rows)
            advance(len(rows))

        pool.Pool(executor, marked).run(tasks, meanwhile)


def _write_down(cache: ResultCache, task: Task, rows: Sequence[Row]) -> None:
    entries = [
        (key(task, topic, answer), answer, row)
        for (topic, answer), row in zip(task.answers, rows, strict=True)
    ]
    # What was not marked for a reason of ours, or may not be the answer's doing, is tried again by
    # the next run.
    cache.append(each for each in entries if each[2].counts and not each[2].unclear)
    cache.rows.update((k, row) for k, _, row in entries)


@contextlib.contextmanager
def _bar(total: int, shown: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal's error stream."""
    if not shown or not total or not sys.stderr.isatty():
        yield lambda n: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), auto_refresh=False) as bar:
        # No refreshing thread: workers are forked while the bar is shown.
        line = bar.add_task(translated("marking"), total=total)
        yield lambda n: bar.update(line, advance=n, refresh=True)
