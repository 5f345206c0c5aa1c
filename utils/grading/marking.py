"""Mark the answers of one submission: collect what they do in the sandbox, judge it here.

A row depends on nothing but the exercise, the statements that the answer needs, the limits and the
seed, so that marking again, in whatever order, gives the same. The answers of a submission take
turns in one child; one that does not pass there is run again in a child of its own, so that nothing
that another one did can cost it a mark.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import inspect
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from utils import catalogue
from utils.execution.outcomes import Failure, Outcome
from utils.execution.plain import Implementation
from utils.exercises import Exercise, Mark, feedback
from utils.grading.answers import Answer
from utils.grading.sandbox import client, confinement
from utils.grading.sandbox.client import Limits, Room
from utils.grading.sandbox.oracle import Oracle

# What a property may compute about one answer; values are bounded, so this is a backstop.
JUDGE_SECONDS = 60
# A submission whose answers hang again and again is not run for ever.
MAX_SUBMISSION = 12


@dataclass(frozen=True)
class Task:
    """The answers of one learner that are to be marked, and how."""

    learner: str
    answers: tuple[tuple[str, Answer], ...]
    seed: int
    limits: Limits
    address: str | None = None
    libraries: tuple[str, ...] = ()
    unsafe: bool = False


@dataclass(frozen=True)
class Row:
    """What a report says about one learner and one exercise."""

    learner: str
    topic: str
    exercise: str
    points: float
    max_points: float
    status: str
    failed_properties: tuple[str, ...] = ()
    misconception: str = ""
    seconds: float = 0.0
    message: str = ""
    notes: tuple[str, ...] = ()
    code: str = ""
    printed: str = ""
    criteria: tuple[dict[str, Any], ...] = ()
    examples: tuple[dict[str, Any], ...] = field(default=())


def mark(task: Task) -> list[Row]:
    """The rows of one submission. Runs in a worker, on this machine or on a cluster's."""
    place = _sandbox(task.address, task.limits, task.libraries, task.unsafe)
    rows: list[Row] = []
    spent = 0.0
    with contextlib.closing(Room(place)) as shared:
        for topic, answer in task.answers:
            if spent > MAX_SUBMISSION * task.limits.seconds:
                why = "The submission's time was up."
                rows.append(unmarked(task.learner, topic, answer.exercise, "not run", why))
                continue
            row, seconds = _row(task, place, shared, topic, answer)
            rows.append(row)
            spent += seconds
    return rows


def unmarked(learner: str, topic: str, name: str, status: str, message: str, code: str = "") -> Row:
    """A row that earns nothing, and the sentence that says why."""
    task = catalogue.load(topic)[name]
    return Row(learner, topic, name, 0.0, float(task.points), status, message=message, code=code)


def _row(task: Task, place: Any, shared: Room, topic: str, answer: Answer) -> tuple[Row, float]:
    exercise = catalogue.load(topic)[answer.exercise]
    if not answer.written:
        why = "Not written yet."
        row = unmarked(task.learner, topic, answer.exercise, "not written", why, answer.code)
        return replace(row, notes=answer.notes), 0.0
    notes = list(answer.notes)
    with contextlib.closing(Room(place)) as own:
        done = _Run(task, exercise, answer)
        # Who may ask implementations of ours shares no child with an answer that they would help.
        if exercise.implementations or not done.passes(shared):
            done.take(own)
        if done.failure and not done.mark.passed:
            why = feedback.explain(done.failure)
            notes.append(f"A cell that the answer needs failed: {why}")
        best = done.mark
        if answer.uses and not done.mark.passed:
            earlier = catalogue.load(topic)
            followed = _Run(task, exercise, answer, {n: earlier[n].reference for n in answer.uses})
            followed.take(own)
            done.seconds += followed.seconds
            if followed.mark.points > best.points:
                best = followed.mark
                names = ", ".join(answer.uses)
                notes.append(
                    f"Follow-through: {done.mark.points:g} points as written, {best.points:g} with "
                    f"the reference in place of {names}; the better counts."
                )
    row = Row(
        task.learner,
        topic,
        exercise.name,
        best.points,
        best.max_points,
        _status(best, done.outcomes),
        best.failed_properties,
        best.misconception or "",
        round(done.seconds, 3),
        best.message,
        tuple(notes),
        answer.code,
        best.printed,
        tuple(asdict(each) for each in best.criteria),
        tuple(asdict(example) for example in best.examples),
    )
    return row, done.seconds + task.limits.seconds * _hangs(done.outcomes)


def _hangs(outcomes: Sequence[Outcome]) -> int:
    return sum(bool(o.failure and o.failure.kind == "Timeout") for o in outcomes)


def _status(mark: Mark, outcomes: Sequence[Outcome]) -> str:
    if mark.passed:
        return "passed"
    if not mark.started:
        return "not written"
    if mark.points > 0:
        return "partly right"
    kinds = {outcome.failure.kind if outcome.failure else "" for outcome in outcomes}
    if "Timeout" in kinds:
        return "timed out"
    return "crashed" if "Crash" in kinds else "wrong"


# ---- collecting -----------------------------------------------------------------------------


class _Run:
    """What an answer does on the hidden inputs, implementations of ours asked from outside."""

    mark: Mark
    outcomes: list[Outcome]
    failure: Failure | None

    def __init__(
        self,
        task: Task,
        exercise: Exercise,
        answer: Answer,
        stand_ins: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
    ) -> None:
        self.task, self.exercise = task, exercise
        self.seconds = 0.0
        self._asked = dict(enumerate(stand_ins.values()))
        self._inputs = [tuple(map(self._hidden, args)) for args in exercise.inputs(task.seed)]
        limit = min(exercise.seconds, task.limits.seconds)
        proxies = {name: str(number) for number, name in enumerate(stand_ins)}
        probe = _source(exercise.adapter) if exercise.adapter else None
        borrowed = lent(exercise.name, answer.imports)
        self._job = client.Job(answer.cells, answer.name, probe, limit, proxies, borrowed)

    def _hidden(self, arg: Any) -> Any:
        if not isinstance(arg, Implementation):
            return arg
        # Its key is a name that tells; in the child it is a number that does not.
        number = len(self._asked)
        self._asked[number] = self.exercise.implementations[arg.key]
        return Implementation(str(number))

    def passes(self, shared: Room) -> bool:
        """Whether it passes after others: they may have changed numpy under it, or hold the CPU."""
        self._collect(shared, retry=False)
        return self.mark.passed

    def take(self, room: Room) -> None:
        """Run it where nothing but itself has run."""
        self._collect(room, retry=True)

    def _collect(self, room: Room, retry: bool) -> None:
        asked = _oracle(tuple(self._asked.values()), self._job.seconds).for_another()
        self.outcomes, self.failure, more = room.run(self._job, self._inputs, asked, retry=retry)
        self.seconds += more
        self.mark = judged(self.exercise, self.outcomes, self.task.seed)


@functools.cache
def lent(name: str, imported: tuple[str, ...]) -> dict[str, str]:
    """The references that an answer imports, of topics before its own: a learner has these."""
    topics = catalogue.topics()
    earlier = topics[: topics.index(catalogue.topic_of(name) or topics[0])]
    return {topic: catalogue.reference_text(topic) for topic in earlier if topic in imported}


@functools.cache
def _source(probe: Callable[..., Any]) -> str:
    return inspect.getsource(probe)


@functools.cache
def _oracle(implementations: tuple[Callable[..., Any], ...], seconds: float) -> Oracle:
    """The oracle of a worker, kept from one answer to the next."""
    oracle = Oracle({str(i): each for i, each in enumerate(implementations)}, seconds)
    atexit.register(oracle.close)
    return oracle


@functools.cache
def _sandbox(address: str | None, limits: Limits, libraries: tuple[str, ...], unsafe: bool) -> Any:
    """The sandbox of a worker, kept from one submission to the next."""
    layers = confinement.available()
    if not layers.enough:
        if not unsafe:
            raise client.NotSafe(" ".join(layers.missing()))
        return client.Fresh(limits)
    if address is None:
        address = client.server(limits, libraries).address
    return client.Warm(address, limits)


# ---- judging --------------------------------------------------------------------------------


def judged(exercise: Exercise, outcomes: Sequence[Outcome], seed: int) -> Mark:
    """The mark for what an answer did, whatever it sent."""
    try:
        with _alarm(JUDGE_SECONDS):
            return exercise.judge(outcomes, seed)
    except TimeoutError:
        said = "What it returned takes too long to judge"
    except Exception as error:
        said = f"What it returned cannot be judged ({type(error).__name__})"
    return Mark(exercise.name, 0.0, float(exercise.points), ("examples",), message=f"{said}.")


@contextlib.contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    """Raise TimeoutError after a time, where a signal can be had."""
    if os.name != "posix" or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: Any) -> None:
        raise TimeoutError

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
