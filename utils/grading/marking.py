"""Mark the answers of one submission: collect what they do in the sandbox, have it judged.

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
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from utils import catalogue
from utils.execution import plain
from utils.execution.outcomes import NOT_BOUND, NOT_CALLED, Failure, Stop
from utils.execution.plain import Implementation
from utils.execution.runner import shown_line
from utils.exercises import Exercise, feedback
from utils.grading.answers import Answer
from utils.grading.budget import MAX_SUBMISSION, Budget, Limits, OverBudget
from utils.grading.judge import Judge, Judged
from utils.grading.policy import Adjustment
from utils.grading.sandbox import client, confinement
from utils.grading.sandbox.client import Done, Job, Reply, Session
from utils.grading.sandbox.oracle import UNDER_TEST, Oracle
from utils.grading.status import Status
from utils.translation import message, speaking, translated


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
    # In which its rows speak; a worker on another machine knows it from here.
    language: str = "en"


@dataclass(frozen=True)
class Row:
    """What a report says about one learner and one exercise."""

    learner: str
    topic: str
    exercise: str
    points: float
    max_points: float
    status: Status
    failed_properties: tuple[str, ...] = ()
    misconception: str = ""
    seconds: float = 0.0
    message: str = ""
    notes: tuple[str, ...] = ()
    code: str = ""
    printed: str = ""
    criteria: tuple[dict[str, Any], ...] = ()
    examples: tuple[dict[str, Any], ...] = field(default=())
    # Whether something that may not be the answer's doing ended its process.
    unclear: bool = False
    # How the mistake is known and what was said; what it shares with answers that do the same.
    diagnosis: str = ""
    said: tuple[str, ...] = ()
    behaviour: str = ""
    # All that a wrong answer needs: its definition, helpers, imports.
    source: str = ""
    # An answer in prose.
    text: str = ""
    # What `utils.grading.policy` made of the mark; nothing of it is in the result cache.
    # What the answer earns by itself, where ``points`` is another number.
    marked: float | None = None
    # The points that lateness took.
    penalty: float = 0.0
    adjustments: tuple[Adjustment, ...] = ()
    extra_credit: bool = False

    @property
    def earned(self) -> float:
        """The points of the answer by itself: before lateness and before a person's changes."""
        return self.points if self.marked is None else self.marked

    @property
    def possible(self) -> float:
        """What it adds to the points that are possible: nothing where it is extra credit."""
        return 0.0 if self.extra_credit else self.max_points

    @property
    def counts(self) -> bool:
        """Whether it is a mark: what was not marked for a reason of ours is none, and not 0."""
        return self.status not in (Status.NOT_MARKED, Status.NOT_SCORED)


def mark(task: Task) -> list[Row]:
    """The rows of one submission. Runs in a worker, on this machine or on a cluster's."""
    with speaking(task.language):
        return _rows(task)


def _rows(task: Task) -> list[Row]:
    sandbox = _sandbox(task.address, task.limits, task.libraries, task.unsafe)
    rows: list[Row] = []
    spent = 0.0
    # Cells that hung for one answer are not tried again for the next.
    slow: set[str] = set()
    allowed = _allowed(task)
    with contextlib.closing(Session(sandbox, slow)) as shared:
        for topic, answer in task.answers:
            if spent > allowed:
                why = translated("The submission's time was up.")
                rows.append(unmarked(task.learner, topic, answer.exercise, Status.NOT_RUN, why))
                continue
            limit = _seconds_of_call(task, topic, answer)
            with contextlib.closing(Session(sandbox, slow, limit)) as own:
                marking = _Marking(task, topic, answer, shared, own)
                rows.append(marking.row())
                spent += marking.seconds + marking.judging
    return rows


def _seconds_of_call(task: Task, topic: str, answer: Answer) -> float:
    return task.limits.of_call(catalogue.load(topic)[answer.exercise].seconds)


def _allowed(task: Task) -> float:
    """The seconds after which no further answer of a submission is begun."""
    calls = (_seconds_of_call(task, topic, answer) for topic, answer in task.answers)
    return max(MAX_SUBMISSION * task.limits.of_cell, 2 * sum(calls))


def unmarked(
    learner: str, topic: str, name: str, status: Status, message: str, code: str = ""
) -> Row:
    """A row that earns nothing, and the sentence that says why."""
    task = catalogue.load(topic)[name]
    return Row(learner, topic, name, 0.0, float(task.points), status, message=message, code=code)


class _Marking:
    """One answer on its way to a row."""

    def __init__(
        self, task: Task, topic: str, answer: Answer, shared: Session, own: Session
    ) -> None:
        self.task, self.topic, self.answer = task, topic, answer
        self.shared, self.own = shared, own
        self.exercise = catalogue.load(topic)[answer.exercise]
        self.call = _seconds_of_call(task, topic, answer)
        self.budget = self._new_budget()
        self.seconds = 0.0
        # What it took to judge what it sent: not its own time, and not for nothing either.
        self.judging = 0.0
        self.notes = list(answer.notes)

    def row(self) -> Row:
        """The row, whatever the answer does."""
        if not self.answer.written:
            return self._unmarked(Status.NOT_WRITTEN, translated("Not written yet."))
        try:
            done, judged = self._as_written()
            judged = self._as_checked(judged)
            judged = self._followed_through(judged)
        except OverBudget as over:
            return self._unmarked(Status.OVER_BUDGET, str(over))
        finally:
            self.seconds = max(self.seconds, 0.0)
        return Row(
            self.task.learner,
            self.topic,
            self.exercise.name,
            judged.points,
            judged.max_points,
            _status(judged, done),
            judged.failed_properties,
            judged.misconception,
            round(self.seconds, 3),
            self._message(judged, done),
            tuple(self.notes),
            self.answer.code,
            judged.printed,
            judged.criteria,
            judged.examples,
            done.unclear and not judged.passed,
            judged.diagnosis,
            judged.said,
            judged.behaviour,
            "" if judged.passed else self.answer.source,
        )

    def _new_budget(self) -> Budget:
        return Budget(self.task.limits.of_exercise(self.call))

    def _unmarked(self, status: Status, why: str) -> Row:
        name, code = self.answer.exercise, self.answer.code
        row = unmarked(self.task.learner, self.topic, name, status, why, code)
        return replace(row, notes=tuple(self.notes), seconds=round(self.seconds, 3))

    def _as_written(self) -> tuple[Done, Judged]:
        run = _Run(self.task, self.topic, self.exercise, self.answer)
        # Who may ask implementations of ours shares no child with an answer that they would help.
        # Nor does one whose calls may take longer than all that a shared child is good for.
        if not self.exercise.implementations and self.call <= self.task.limits.of_cell:
            done, judged = self._collected(run, self.shared, retry=False)
            if judged.passed:
                # The child has seen what other answers were called on, and may print it.
                return done, replace(judged, printed="")
        done, judged = self._collected(run, self.own, retry=True)
        if not judged.passed:
            self.notes += [
                translated(
                    "{cell} failed, and what depends on it: {error}",
                    cell=label,
                    error=feedback.explain(failure),
                )
                for label, failure in list(done.failed_cells.items())[:5]
            ]
            said = " ".join((judged.message, *self.notes))
            if any(kind in said for kind in ("PermissionError", "FileNotFoundError")):
                text = message(
                    "Where it is marked, no file can be written, and none but the course's data "
                    "can be read: keep what an answer needs in a variable."
                )
                self.notes.append(translated(text))
        return done, judged

    def _collected(self, run: _Run, session: Session, retry: bool) -> tuple[Done, Judged]:
        calls = self.exercise.alone(self.task.seed)
        alone = run.alone(session, calls, self._new_budget()) if calls else {}
        done, judged = self._judged(run, lambda: run.collect(session, self.budget, retry))
        if not alone or not judged.points:
            return done, judged
        _, otherwise = self._judged(run, lambda: done.with_replies(alone))
        if (otherwise.criteria, otherwise.behaviour) == (judged.criteria, judged.behaviour):
            return done, judged
        # What it says depends on the calls before: by itself, each has nothing to go by. What was
        # said first stays, since then nothing could have been carried from one process to another.
        others = [call for call in range(len(done.replies)) if call not in alone]
        return self._judged(
            run, lambda: done.with_replies(alone | run.alone(session, others, self.budget))
        )

    def _judged(self, run: _Run, collect: Callable[[], Done]) -> tuple[Done, Judged]:
        before = self.budget.seconds
        try:
            done = collect()
        finally:
            self.seconds += before - self.budget.seconds
        begun = time.monotonic()
        try:
            return done, run.judged(done)
        finally:
            self.judging += time.monotonic() - begun

    def _as_checked(self, judged: Judged) -> Judged:
        """The better of the mark after all cells and the one that the learner has seen."""
        if judged.passed or not self.answer.as_checked:
            return judged
        answer = replace(self.answer, cells=self.answer.as_checked)
        better = self._if_better(judged, _Run(self.task, self.topic, self.exercise, answer))
        if better is not judged:
            self.notes.append(self.answer.bound_anew)
        return better

    def _followed_through(self, judged: Judged) -> Judged:
        """The better of the mark as written and the one with earlier references in place.

        A test is as written: beside the reference of what it tests, nobody needs one.
        """
        if judged.passed or not self.answer.uses or self.exercise.implementations:
            return judged
        earlier = catalogue.load(self.topic)
        stand_ins = {name: earlier[name].reference for name in self.answer.uses}
        run = _Run(self.task, self.topic, self.exercise, self.answer, stand_ins)
        followed = self._if_better(judged, run)
        if followed is judged:
            return judged
        self.notes.append(
            translated(
                "Follow-through: {points} points as written, {followed} with the reference in "
                "place of {names}; the better counts.",
                points=f"{judged.points:g}",
                followed=f"{followed.points:g}",
                names=translated(", ").join(self.answer.uses),
            )
        )
        return followed

    def _if_better(self, judged: Judged, run: _Run) -> Judged:
        """The mark of another run where that earns more."""
        # Not in a child that has seen the hidden inputs: its visible examples come first.
        self.own.close()
        try:
            _, other = self._collected(run, self.own, retry=True)
        except OverBudget:
            return judged
        return other if other.points > judged.points else judged

    def _message(self, judged: Judged, done: Done) -> str:
        """What is to be said, where the name is bound to no function what happened to it."""
        if judged.passed or done.bound is None or done.bound.kind not in NOT_CALLED:
            return judged.message
        name, cell = self.answer.name, self.answer.bound_by
        if done.bound.kind == NOT_BOUND:
            # "cell 3 (`@njit`)" is in the cell "cell 3".
            failed = (f for label, f in done.failed_cells.items() if cell.startswith(f"{label} ("))
            if failure := next(failed, None):
                text = message("{name} is not there after all cells ran: in {cell}, {error}")
                error = feedback.explain(failure)
                return translated(text, name=name, cell=cell, error=error)
            return translated(
                "{name} is not there after all cells ran: {cell} bound it last, or took it away.",
                name=name,
                cell=cell,
            )
        return translated(
            "{name} is of type {kind} and no function after all cells ran: {cell} bound it last. "
            "Give the result of a call another name.",
            name=name,
            kind=done.bound.message,
            cell=cell,
        )


def _status(judged: Judged, done: Done) -> Status:
    if judged.passed:
        return Status.PASSED
    if not judged.started:
        return Status.NOT_WRITTEN
    if judged.points > 0:
        return Status.PARTLY
    kinds = {reply.kind for reply in done.replies if isinstance(reply, Failure)}
    if Stop.TIMEOUT in kinds:
        return Status.TIMED_OUT
    return Status.CRASHED if Stop.CRASH in kinds else Status.WRONG


# ---- collecting -----------------------------------------------------------------------------

# The implementation of ours that an answer gets in a call, by the number of the call.
UnderTest = tuple[tuple[int, Callable[..., Any]], ...]


class _Run:
    """An answer, its hidden inputs, and implementations of ours that are asked from outside."""

    def __init__(
        self,
        task: Task,
        topic: str,
        exercise: Exercise,
        answer: Answer,
        stand_ins: Mapping[str, Callable[..., Any]] = MappingProxyType({}),
    ) -> None:
        self.task, self.topic, self.exercise = task, topic, exercise
        self._inputs, self._under_test = _sent(topic, exercise.name, task.seed)
        self._stand_ins = tuple(stand_ins.values())
        code = (cell.source.splitlines() for cell in answer.cells)
        self._lines = sorted({shown_line(line) for lines in code for line in lines})
        self._job = Job(
            answer.cells,
            answer.name,
            _source(exercise.adapter) if exercise.adapter else None,
            task.limits.of_call(exercise.seconds),
            {name: str(number) for number, name in enumerate(stand_ins)},
            lent(exercise.name, answer.imports),
            len(exercise.examples),
            exercise.memory_mb is not None,
        )

    def collect(self, session: Session, budget: Budget, retry: bool) -> Done:
        """What it does in all calls, one after the other in the session's child."""
        asked = self._oracle().for_another()
        return session.run(self._job, self._inputs, asked, budget, retry=retry)

    def alone(self, session: Session, calls: Sequence[int], budget: Budget) -> dict[int, Reply]:
        """What it does in some calls, each in a child that makes no other."""
        replies = {}
        for call in calls:
            session.close()
            anew = functools.partial(_of_call, self._oracle().for_another(), call)
            inputs = self._inputs[call : call + 1]
            (replies[call],) = session.run(self._job, inputs, anew, budget, retry=False).replies
        session.close()
        return replies

    def _oracle(self) -> Oracle:
        return _oracle(self._stand_ins, self._under_test, self._job.seconds)

    def judged(self, done: Done) -> Judged:
        asked = self.topic, self.exercise.name, self.task.seed
        return _judge()(*asked, done.replies, done.peaks, self._lines)


def _of_call(oracle: Oracle, call: int, question: bytes, place: int) -> bytes:
    """A question in a call that is the only one of its child."""
    return oracle.anew(question, call)


@functools.lru_cache(maxsize=256)
def _sent(topic: str, name: str, seed: int) -> tuple[list[bytes], UnderTest]:
    """The inputs of an exercise as a child gets them, and the implementation of ours in each call.

    The key of an implementation is a name that tells. In the child all have the same, so that not
    even the number of the call can be read there.
    """
    exercise = catalogue.load(topic)[name]
    inputs, under_test = [], []
    for call, args in enumerate(exercise.inputs(seed)):
        under_test += [
            (call, exercise.implementations[arg.key])
            for arg in args
            if isinstance(arg, Implementation)
        ]
        hidden = Implementation(UNDER_TEST)
        sent = tuple(hidden if isinstance(arg, Implementation) else arg for arg in args)
        inputs.append(plain.to_bytes(sent))
    return inputs, tuple(under_test)


@functools.cache
def lent(name: str, imported: tuple[str, ...]) -> dict[str, str]:
    """The references that an answer imports, of topics before its own: a learner has these."""
    topics = catalogue.topics()
    earlier = topics[: topics.index(catalogue.topic_of(name) or topics[0])]
    return {topic: catalogue.reference_text(topic) for topic in earlier if topic in imported}


@functools.cache
def _source(adapter: Callable[..., Any]) -> str:
    return inspect.getsource(adapter)


@functools.cache
def _judge() -> Judge:
    """The judge of a worker, kept from one answer to the next."""
    judge = Judge()
    atexit.register(judge.close)
    return judge


@functools.lru_cache(maxsize=8)
def _oracle(
    stand_ins: Sequence[Callable[..., Any]], under_test: UnderTest, seconds: float
) -> Oracle:
    """The oracle of a worker, kept from one answer to the next."""
    oracle = Oracle(
        {str(number): each for number, each in enumerate(stand_ins)}, dict(under_test), seconds
    )
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
    return client.Forked(address, limits)
