"""Judge what an answer did, in a process with limits: bytes in, a mark out.

Decoding a reply and comparing it are what is done with bytes that a stranger's code sent. Both are
done in a limited process, so that a value made to hang or to swell costs its own exercise and
nothing else.
"""

from __future__ import annotations

import builtins
import functools
import json
import struct
import sys
import types
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

from utils import catalogue
from utils.execution import outcomes as framing
from utils.execution.outcomes import GARBLED, Failure, Outcome
from utils.execution.plain import Opaque
from utils.exercises import Exercise, Mark
from utils.grading import behaviour, budget
from utils.grading.budget import OverBudget
from utils.grading.limited_process import LimitedProcess, Overrun
from utils.grading.sandbox.client import Reply
from utils.translation import language, speaking, translated

SIZE = struct.Struct(">Q")
# Of what our own references compute, once; no answer is waiting then.
PREPARE_SECONDS = 600.0
# What `utils.sql` raises.
QUERY_ERROR = "QueryError"


@dataclass(frozen=True)
class Judged:
    """A mark as plain data; see `utils.Mark`."""

    points: float
    max_points: float
    passed: bool
    started: bool
    failed_properties: tuple[str, ...]
    misconception: str
    # How the mistake is known, and the names of what was said; see `utils.exercises.diagnosis`.
    diagnosis: str
    said: tuple[str, ...]
    # Shared by answers that do the same wrong things; see `utils.grading.behaviour`.
    behaviour: str
    message: str
    criteria: tuple[dict[str, Any], ...]
    examples: tuple[dict[str, Any], ...]
    printed: str


class Judge:
    """Judges one answer after the other."""

    def __init__(self) -> None:
        self._process = LimitedProcess(_answered, budget.JUDGE_MB)
        self._prepared: set[tuple[str, str, int]] = set()

    def __call__(
        self,
        topic: str,
        name: str,
        seed: int,
        replies: Sequence[Reply],
        peaks: Sequence[float | None] = (),
        lines: Collection[str] = (),
    ) -> Judged:
        """The mark for what an answer sent.

        Parameters
        ----------
        peaks : sequence of float or None, optional
            The MB that each call took, where that was measured.
        lines : collection of str, optional
            What the answer's code consists of: no other line is said to have failed.

        Raises
        ------
        OverBudget
            When that takes too much time or memory to judge.
        """
        which = {"topic": topic, "name": name, "seed": seed, "language": language()}
        if not self._process.is_running:
            self._prepared.clear()
        if (topic, name, seed) not in self._prepared:
            self._process(_request(which, [], [], ()), PREPARE_SECONDS)
            self._prepared.add((topic, name, seed))
        try:
            request = _request(which, replies, peaks, lines)
            said = self._process(request, budget.JUDGE_SECONDS)
        except Overrun as overrun:
            self._prepared.clear()
            raise OverBudget(
                translated("What it returned takes too much time to judge.")
                if overrun.what == "time"
                else translated("What it returned takes too much memory to judge.")
            ) from None
        fields: dict[str, Any] = {
            n: tuple(v) if isinstance(v, list) else v for n, v in json.loads(said).items()
        }
        return Judged(**fields)

    def close(self) -> None:
        """End the process."""
        self._process.close()


def _request(
    which: dict[str, Any],
    replies: Sequence[Reply],
    peaks: Sequence[float | None],
    lines: Collection[str],
) -> bytes:
    told = [[r.kind, r.message, r.line] if isinstance(r, Failure) else len(r) for r in replies]
    more = {"replies": told, "peaks": list(peaks), "lines": list(lines)}
    head = json.dumps(which | more).encode()
    blobs = [reply for reply in replies if isinstance(reply, bytes)]
    return b"".join([SIZE.pack(len(head)), head, *blobs])


# ---- in the limited process ----------------------------------------------------------------


def _answered(request: bytes) -> bytes:
    (size,) = SIZE.unpack_from(request)
    start = SIZE.size + size
    told = json.loads(request[SIZE.size : start])
    with speaking(told["language"]):
        return _judged(told, request, start)


def _judged(told: dict[str, Any], request: bytes, start: int) -> bytes:
    exercise = catalogue.load(told["topic"])[told["name"]]
    if not told["replies"]:
        exercise.prepare(told["seed"])
        return b"{}"
    visible, lines = len(exercise.examples), frozenset(told["lines"])
    outcomes: list[Outcome] = []
    for number, reply in enumerate(told["replies"]):
        if isinstance(reply, int):
            sent = framing.from_bytes(request[start : start + reply])
            outcomes.append(sent if number < visible else wordless(sent, lines))
            start += reply
        else:
            # The sentences of failures that were not sent are ours.
            outcomes.append(Outcome(failure=Failure(*reply)))
    outcomes = _within_memory(outcomes, told["peaks"], exercise.memory_mb)
    mark = judged(exercise, outcomes, told["seed"])
    diagnosis = mark.diagnosis
    judged_mark = Judged(
        mark.points,
        mark.max_points,
        mark.passed,
        mark.started,
        mark.failed_properties,
        mark.misconception or "",
        diagnosis.kind if diagnosis else "",
        diagnosis.names if diagnosis else (),
        "" if mark.passed else behaviour.of(exercise, outcomes, told["seed"]),
        mark.message,
        tuple(map(vars, mark.criteria)),
        tuple(map(vars, mark.examples)),
        mark.printed,
    )
    return json.dumps(vars(judged_mark)).encode()


def wordless(outcome: Outcome, lines: Collection[str] = ()) -> Outcome:
    """What a hidden call did, without the words in which an answer may pass on its arguments.

    Pages are given back, and the inputs behind them stay hidden. An answer chooses what it prints,
    the text of its error, the names of its classes, and which line is said to have failed. All of
    these are kept for the visible examples, which are called first. Of a hidden call there stays
    what cannot be made up: the name of an error or a type that everybody has, and a line of
    ``lines``, those that were handed in.
    """
    if outcome is GARBLED:
        return outcome
    value, failure = outcome.value, outcome.failure
    if isinstance(value, Opaque) and not _is_known_type(value.kind):
        value = Opaque("object")
    if failure:
        kind = failure.kind if failure.kind in _known_errors() else "Exception"
        refused = translated("The database refuses the query on one of the hidden tables.")
        message = refused if kind == QUERY_ERROR else ""
        failure = Failure(kind, message, failure.line if failure.line in lines else "")
    return replace(outcome, value=value, failure=failure, printed="")


@functools.cache
def _known_errors() -> frozenset[str]:
    """The names of errors that Python, NumPy, pandas and the course raise."""
    import pandas as pd
    from numpy import exceptions

    raised = (
        name
        for name, value in vars(builtins).items()
        if isinstance(value, type) and issubclass(value, BaseException)
    )
    ours = (QUERY_ERROR, "ImplementationFailed", "LinAlgError")
    return frozenset({*raised, *exceptions.__all__, *pd.errors.__all__, *ours})


def _is_known_type(kind: str) -> bool:
    """Whether a type of this name is a library's: nobody can give it to a class of her own."""
    module, _, name = kind.rpartition(".")
    if not module:
        return name in _built_in_types()
    found = vars(sys.modules[module]).get(name) if module in sys.modules else None
    return isinstance(found, type)


@functools.cache
def _built_in_types() -> frozenset[str]:
    views = map(type, ({}.keys(), {}.values(), {}.items()))
    named = (*vars(builtins).values(), *vars(types).values(), *views)
    return frozenset(each.__name__ for each in named if isinstance(each, type))


def _within_memory(
    outcomes: list[Outcome], peaks: Sequence[float | None], allowed: float | None
) -> list[Outcome]:
    """Calls that took more memory than they may have failed, whatever they returned."""
    found = list(outcomes)
    for i, peak in enumerate(peaks):
        if peak is not None and allowed is not None and peak > allowed and not found[i].failure:
            said = translated(
                "the call took {peak} MB of memory, and may take {allowed}",
                peak=f"{peak:.0f}",
                allowed=f"{allowed:.0f}",
            )
            found[i] = Outcome(failure=Failure("MemoryError", said))
    return found


def judged(exercise: Exercise, outcomes: Sequence[Outcome], seed: int) -> Mark:
    """The mark for what an answer did, whatever it sent."""
    try:
        return exercise.judge(outcomes, seed)
    except MemoryError:
        raise
    except Exception as error:
        said = translated("What it returned cannot be judged ({kind}).", kind=type(error).__name__)
        return Mark(exercise.name, 0.0, float(exercise.points), ("examples",), message=said)
