"""Judge what an answer did, in a process with limits: bytes in, a mark out.

Decoding a reply and comparing it are what is done with bytes that a stranger's code sent. Both are
done in a limited process, so that a value made to hang or to swell costs its own exercise and
nothing else.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from utils import catalogue
from utils.execution import outcomes as framing
from utils.execution.outcomes import Failure, Outcome, Stop
from utils.exercises import Exercise, Mark
from utils.grading import behaviour, budget
from utils.grading.budget import OverBudget
from utils.grading.limited_process import LimitedProcess, Overrun
from utils.grading.sandbox.client import Reply
from utils.translation import language, speaking, translated

SIZE = struct.Struct(">Q")
# Of what our own references compute, once; no answer is waiting then.
PREPARE_SECONDS = 600.0


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
    ) -> Judged:
        """The mark for what an answer sent.

        Raises
        ------
        OverBudget
            When that takes too much time or memory to judge.
        """
        which = {"topic": topic, "name": name, "seed": seed, "language": language()}
        if not self._process.is_running:
            self._prepared.clear()
        if (topic, name, seed) not in self._prepared:
            self._process(_request(which, [], []), PREPARE_SECONDS)
            self._prepared.add((topic, name, seed))
        try:
            said = self._process(_request(which, replies, peaks), budget.JUDGE_SECONDS)
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
    which: dict[str, Any], replies: Sequence[Reply], peaks: Sequence[float | None]
) -> bytes:
    told = [[r.kind, r.message, r.line] if isinstance(r, Failure) else len(r) for r in replies]
    head = json.dumps(which | {"replies": told, "peaks": list(peaks)}).encode()
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
    outcomes: list[Outcome] = []
    for reply in told["replies"]:
        if isinstance(reply, int):
            outcomes.append(framing.from_bytes(request[start : start + reply]))
            start += reply
        else:
            outcomes.append(Outcome(failure=Failure(*reply)))
    outcomes = _within_memory(outcomes, told["peaks"], exercise.memory_mb)
    outcomes = without_hidden(exercise, outcomes)
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
        tuple(asdict(each) for each in mark.criteria),
        tuple(asdict(example) for example in mark.examples),
        mark.printed,
    )
    return json.dumps(asdict(judged_mark)).encode()


def without_hidden(exercise: Exercise, outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Outcomes without the words in which an answer may pass on what it was called on.

    What it printed, and the message of an error of its own, are kept for the visible examples
    alone: pages are given back, and the inputs behind them stay hidden.
    """
    visible = len(exercise.examples)
    return [*outcomes[:visible], *map(_wordless, outcomes[visible:])]


def _wordless(outcome: Outcome) -> Outcome:
    failure = outcome.failure
    # These sentences are ours.
    if failure and failure.kind not in {*Stop, "MemoryError"}:
        refused = translated("The database refuses the query on one of the hidden tables.")
        failure = replace(failure, message=refused if failure.kind == "QueryError" else "")
    return replace(outcome, failure=failure, printed="")


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
