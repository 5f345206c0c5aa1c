"""Judge an answer by cases that were stored with their values, without a reference.

`utils.editions.export` stores them, and copies this module beside the notebooks of another marking
system. There an answer runs in the same process as what judges it, which keeps nothing secret.
"""

from __future__ import annotations

import base64
import contextlib
import json
import signal
import types
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from utils.execution import plain
from utils.execution.outcomes import Outcome
from utils.execution.runner import Runner
from utils.exercises import equality

UNCHANGED = "input_unchanged"
MAX_HANGS = 2
# The seconds of a call are of work; by the clock it may take so many times as many.
PATIENCE = 4


@dataclass(frozen=True)
class Judged:
    """What an answer earned, and which criteria hold."""

    points: float
    held: dict[str, bool]
    # What is wrong with the first example that does not come out as written.
    first_wrong: str = ""


class _TimeUp(BaseException):
    """A call has had its seconds; no `except Exception` of an answer keeps it from ending."""


def packed(stored: dict[str, Any]) -> str:
    """A stored exercise as one line of text."""
    return base64.b64encode(zlib.compress(json.dumps(stored).encode(), 9)).decode()


def unpacked(text: str) -> dict[str, Any]:
    """What `packed` made a text of."""
    found = json.loads(zlib.decompress(base64.b64decode(text)))
    assert isinstance(found, dict)
    return found


def check_examples(text: str, answer: Callable[..., Any]) -> None:
    """Try the examples of a statement.

    Raises
    ------
    AssertionError
        When one does not come out as written; the message shows the call and both values.
    """
    judged = judge(unpacked(text), answer)
    assert all(judged.held.values()), judged.first_wrong or "The caller's data was changed."
    print("All visible checks passed. More is tried after you hand in.")


def points(text: str, answer: Callable[..., Any]) -> float:
    """What an answer earns."""
    return judge(unpacked(text), answer).points


def assert_criterion(text: str, answer: Callable[..., Any], criterion: str) -> None:
    """Fail where one criterion does not hold, or where what holds earns nothing.

    Raises
    ------
    AssertionError
        The message names the criterion, and tells no value.
    """
    judged = judge(unpacked(text), answer)
    assert judged.held[criterion] and judged.points > 0, f"{criterion} does not hold."


def judge(stored: dict[str, Any], answer: Callable[..., Any]) -> Judged:
    """Call an answer on every stored case, and say what of it is right.

    The other criteria earn points once half of the ordinary calls are right, three quarters where
    each value is True or False, and only where the answer does not return the same for every input,
    and does more than leave its arguments as they were, as `utils.exercises.write_it` has it.
    """
    cases = [_Case(each) for each in stored["cases"]]
    run = Runner(answer, _defined(stored["adapter"]))
    done = list(_outcomes(run, cases, stored["seconds"]))
    rights = [_is_right(stored, case, mine) for case, mine in zip(cases, done, strict=True)]
    held = dict.fromkeys(stored["criteria"], True)
    for case, right in zip(cases, rights, strict=True):
        held[case.criterion] &= right
    if UNCHANGED in held:
        held[UNCHANGED] = all(mine.after is None for mine in done)
    ordinary = [(case, right) for case, right in zip(cases, rights, strict=True) if case.ordinary]
    of_two = all(isinstance(plain.from_bytes(case.value), bool) for case, _ in ordinary)
    enough = sum(right for _, right in ordinary) >= (0.75 if of_two else 0.5) * len(ordinary)
    said = {plain.to_bytes(mine.value) for mine in done}
    says_one_thing = len(said) == 1 < len({case.value for case in cases})
    does_something = any(holds for name, holds in held.items() if name != UNCHANGED)
    earns = enough and does_something and not says_one_thing
    weights = {name: each["points"] for name, each in stored["criteria"].items()}
    share = sum(weights[name] for name, holds in held.items() if holds) / sum(weights.values())
    earned = float(stored["points"]) if all(held.values()) else round(stored["points"] * share, 2)
    wrong = (
        (case, mine) for case, mine, right in zip(cases, done, rights, strict=True) if not right
    )
    case_and_mine = next(wrong, None)
    said_of = _said(stored["name"], *case_and_mine) if case_and_mine else ""
    return Judged(earned if earns else 0.0, held, said_of)


class _Case:
    """A call, and what the right answer did on it."""

    def __init__(self, stored: dict[str, Any]) -> None:
        self.criterion = stored["criterion"]
        self.ordinary = stored["ordinary"]
        self.args = plain.from_bytes(stored["args"].encode("latin-1"))
        self.value = stored["value"].encode("latin-1")
        self.failed_by = stored["failed_by"]


def _outcomes(run: Runner, cases: list[_Case], seconds: float) -> Iterator[Outcome]:
    hangs = 0
    for case in cases:
        if hangs >= MAX_HANGS:
            yield Outcome(failure=_failure("earlier calls did not finish"))
            continue
        try:
            with _at_most(seconds):
                mine = run(case.args)
        except _TimeUp:
            mine = Outcome(failure=_failure("did not finish in time"))
        hangs += mine.failed_by == _TimeUp.__name__
        yield mine


def _failure(message: str) -> Any:
    return types.SimpleNamespace(kind=_TimeUp.__name__, message=message, line="")


@contextlib.contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Stop what is done in here after some seconds of work, where the system can."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(number: int, frame: Any) -> None:
        raise _TimeUp("did not finish in time")

    # As in `utils.execution.worker`: a machine that is busy with other things ends no right answer.
    timers = (
        (signal.SIGPROF, signal.ITIMER_PROF, seconds),
        (signal.SIGALRM, signal.ITIMER_REAL, PATIENCE * seconds),
    )
    before = [signal.signal(number, stop) for number, _, _ in timers]
    try:
        for _, timer, limit in timers:
            signal.setitimer(timer, limit)
        yield
    finally:
        for (number, timer, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def _is_right(stored: dict[str, Any], case: _Case, mine: Outcome) -> bool:
    if mine.failure or case.failed_by:
        return mine.failed_by == case.failed_by
    expected = plain.from_bytes(case.value)
    holds = _defined(stored["criteria"][case.criterion]["holds"])
    agrees = _defined(stored["agrees"]) or equality.close
    try:
        if holds is None:
            return bool(agrees(expected, mine.value))
        after = mine.after or case.args
        call = types.SimpleNamespace(
            args=case.args, after=after, value=mine.value, expected=expected
        )
        return bool(holds(call))
    except Exception:
        return False


_known: dict[str, Callable[..., Any]] = {}


def _defined(code: str | None) -> Callable[..., Any] | None:
    """The function that a text defines under the name ``it``."""
    if code is None:
        return None
    if code not in _known:
        namespace: dict[str, Any] = {}
        exec(code, namespace)
        _known[code] = namespace["it"]
    return _known[code]


def _said(name: str, case: _Case, mine: Outcome) -> str:
    args = ", ".join(equality.describe(arg, 120) for arg in case.args)
    got = mine.failure
    shown = f"{got.kind}: {got.message}" if got else equality.describe(mine.value)
    expected = case.failed_by or equality.describe(plain.from_bytes(case.value))
    return f"{name}({args})\nexpected {expected}\ngot      {shown}"
