"""Mark the answers of one submission: collect what they do in the sandbox, judge it here.

A row depends on nothing but the exercise, the statements that the answer needs, the limits and the
seed: each answer has a child of its own, so nothing that one answer does can change another's mark,
and marking again, in whatever order, gives the same.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from utils import exercise as exercises
from utils.calls import Failure, Outcome
from utils.exercise import Exercise, Mark
from utils.grading import confinement, sandbox
from utils.grading.answers import Answer
from utils.grading.oracle import Oracle
from utils.grading.sandbox import Limits
from utils.plain import Candidate

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
    verdicts: tuple[dict[str, Any], ...] = ()
    examples: tuple[dict[str, Any], ...] = field(default=())


def mark(task: Task) -> list[Row]:
    """The rows of one submission. Runs in a worker, on this machine or on a cluster's."""
    place = _sandbox(task.address, task.limits, task.libraries, task.unsafe)
    rows: list[Row] = []
    spent = 0.0
    for topic, answer in task.answers:
        if spent > MAX_SUBMISSION * task.limits.seconds:
            rows.append(
                unmarked(
                    task.learner, topic, answer.exercise, "not run", "The submission's time was up."
                )
            )
            continue
        row, seconds = _row(task, place, topic, answer)
        rows.append(row)
        spent += seconds
    return rows


def unmarked(learner: str, topic: str, name: str, status: str, message: str, code: str = "") -> Row:
    """A row that earns nothing, and the sentence that says why."""
    task = exercises.load(topic)[name]
    return Row(learner, topic, name, 0.0, float(task.points), status, message=message, code=code)


def _row(task: Task, place: Any, topic: str, answer: Answer) -> tuple[Row, float]:
    exercise = exercises.load(topic)[answer.exercise]
    if not answer.written:
        why = "Not written yet."
        row = unmarked(task.learner, topic, answer.exercise, "not written", why, answer.code)
        return replace(row, notes=answer.notes), 0.0
    notes = list(answer.notes)
    outcomes, failure, seconds = _collect(task, place, exercise, answer, {})
    own = judged(exercise, outcomes, task.seed)
    if failure and own.points < own.max_points:
        notes.append(f"A cell that the answer needs failed: {exercises.explain(failure)}")
    best = own
    if answer.uses and own.points < own.max_points:
        earlier = exercises.load(topic)
        stand_ins = {name: earlier[name].reference for name in answer.uses}
        again, _, more = _collect(task, place, exercise, answer, stand_ins)
        seconds += more
        followed = judged(exercise, again, task.seed)
        if followed.points > own.points:
            best = followed
            names = ", ".join(answer.uses)
            notes.append(
                f"Follow-through: {own.points:g} points as written, {best.points:g} with the "
                f"reference in place of {names}; the better counts."
            )
    row = Row(
        task.learner,
        topic,
        exercise.name,
        best.points,
        best.max_points,
        _status(best, outcomes),
        best.failed_properties,
        best.misconception or "",
        round(seconds, 3),
        best.message,
        tuple(notes),
        answer.code,
        best.printed,
        tuple(asdict(verdict) for verdict in best.verdicts),
        tuple(asdict(example) for example in best.examples),
    )
    return row, seconds + task.limits.seconds * _hangs(outcomes)


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


def _collect(
    task: Task,
    place: Any,
    exercise: Exercise,
    answer: Answer,
    stand_ins: dict[str, Callable[..., Any]],
) -> tuple[list[Outcome], Failure | None, float]:
    """What an answer does on the hidden inputs, implementations of ours asked from outside."""
    implementations: dict[str, Callable[..., Any]] = {}
    proxies = {}
    for name, reference in stand_ins.items():
        proxies[name] = f"{len(implementations)}"
        implementations[proxies[name]] = reference
    inputs = []
    for args in exercise.inputs(task.seed):
        hidden = []
        for arg in args:
            if isinstance(arg, Candidate):
                # Its key is a name that tells; in the child it is a number that does not.
                key = f"{len(implementations)}"
                implementations[key] = exercise.candidates[arg.key]
                arg = Candidate(key)
            hidden.append(arg)
        inputs.append(tuple(hidden))
    seconds = min(exercise.seconds, task.limits.seconds)
    probe = inspect.getsource(exercise.probe) if exercise.probe else None
    job = sandbox.Job(answer.cells, answer.name, probe, seconds, proxies)
    oracle = Oracle(implementations, seconds)
    try:
        return sandbox.run(place, job, inputs, oracle)
    finally:
        oracle.close()


@functools.cache
def _sandbox(address: str | None, limits: Limits, libraries: tuple[str, ...], unsafe: bool) -> Any:
    """The sandbox of a worker, kept from one submission to the next."""
    layers = confinement.available()
    if not layers.enough:
        if not unsafe:
            raise sandbox.NotSafe(" ".join(layers.missing()))
        return sandbox.Fresh(limits)
    if address is None:
        address = sandbox.server(limits, libraries).address
    return sandbox.Warm(address, limits)


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
