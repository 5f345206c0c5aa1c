"""Call an answer on inputs, out of harm's way, and bring back what it did.

On Linux the answer runs in a forked child: an endless loop is killed, a crash costs one call, and
what the answer patches or prints stays in the child. Elsewhere forking beside numerical libraries
is not safe, so the answer runs in a thread that is abandoned at the time limit.
"""

from __future__ import annotations

import builtins
import contextlib
import copy
import gc
import io
import json
import linecache
import os
import select
import signal
import struct
import sys
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils import plain

Answer = Callable[..., Any]
Probe = Callable[..., Any]

MAX_PRINTED = 2_000
MAX_MESSAGE = 300
MAX_HANGS = 2
PATIENCE = 3
EXTRA_MEMORY = 4 * 2**30
FORKS = sys.platform == "linux"
# Of a value, of the arguments where they changed, of a note.
SIZES = struct.Struct(">QQQ")


@dataclass(frozen=True)
class Failure:
    """Why a call returned nothing.

    ``kind`` is the name of the exception's class, or "Timeout", "Crash" or "NotRun".
    """

    kind: str
    message: str = ""
    line: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one call of an answer did, as plain data.

    ``after`` holds the arguments as the call left them, or None where it left them alone.
    """

    value: Any = None
    failure: Failure | None = None
    after: tuple[Any, ...] | None = None
    printed: str = ""


def collect(
    answer: Answer,
    inputs: Sequence[tuple[Any, ...]],
    *,
    probe: Probe | None = None,
    candidates: Mapping[str, Callable[..., Any]] | None = None,
    seconds: float = 3.0,
) -> list[Outcome]:
    """Call ``answer`` once for each tuple of arguments.

    Parameters
    ----------
    answer : callable
        Anything may happen in it; nothing of it reaches the caller but plain data.
    inputs : sequence of tuple
        Plain data; every call gets a copy of its own. A `plain.Candidate` among the arguments is
        replaced by the callable of that key in ``candidates``.
    probe : callable, optional
        ``probe(answer, *args)`` is called instead of ``answer(*args)``; it turns what is not plain
        data (a model, a generator) into plain data.
    seconds : float
        The time limit of one call, in seconds of its own work where that can be known. After two
        calls that hang, the rest are not run.

    Returns
    -------
    list of Outcome
        One for each tuple of arguments, in their order.
    """
    run = Runner(answer, probe, candidates)
    gather = _collect_forked if FORKS else _collect_threaded
    outcomes: list[Outcome] = []
    hangs = 0
    while len(outcomes) < len(inputs) and hangs < MAX_HANGS:
        outcomes += gather(run, inputs[len(outcomes) :], seconds)
        hangs += bool(outcomes[-1].failure and outcomes[-1].failure.kind == "Timeout")
    not_run = Outcome(failure=Failure("NotRun", "not run, because earlier calls did not finish"))
    return outcomes + [not_run] * (len(inputs) - len(outcomes))


class Runner:
    """Calls an implementation in this process and says what it did. See `collect`."""

    def __init__(
        self,
        answer: Answer,
        probe: Probe | None = None,
        candidates: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        self.answer = answer
        self.probe = probe
        self.candidates = candidates or {}

    def __call__(self, args: tuple[Any, ...]) -> Outcome:
        """What one call did."""
        return _unpack(self.packed(args))

    def packed(self, args: tuple[Any, ...]) -> bytes:
        """What a call did, as a message that holds nothing but plain data."""
        own = copy.deepcopy(args)
        before = plain.dumps(own)
        call_args = [self._resolve(arg) for arg in own]
        printed = _Printed()
        value, failure = b"null", None
        try:
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(printed),
                warnings.catch_warnings(action="ignore"),
            ):
                if self.probe is None:
                    value = plain.dumps(self.answer(*call_args))
                else:
                    value = plain.dumps(self.probe(self.answer, *call_args))
        except BaseException as error:
            failure = self._failure(error)
        after = plain.dumps(own)
        note = json.dumps([failure, printed.getvalue()[:MAX_PRINTED]]).encode()
        parts = [value, b"" if after == before else after, note]
        return SIZES.pack(*map(len, parts)) + b"".join(parts)

    def _resolve(self, arg: Any) -> Any:
        if not isinstance(arg, plain.Candidate):
            return arg
        implementation = self.candidates[arg.key]

        def candidate(*args: Any, **kwargs: Any) -> Any:
            return implementation(*args, **kwargs)

        return candidate

    def _failure(self, error: BaseException) -> list[str]:
        try:
            message = " ".join(str(error).split())[:300]
        except BaseException:
            message = "an exception that cannot be shown"
        return [type(error).__name__, message, self._line(error)]

    def _line(self, error: BaseException) -> str:
        """The last line of the answer's own source on the way to the error."""
        code = getattr(self.answer, "__code__", None)
        frames = traceback.extract_tb(error.__traceback__)
        own = [f for f in frames if code is not None and f.filename == code.co_filename]
        if not own:
            return ""
        text = linecache.getline(own[-1].filename, own[-1].lineno or 0).strip()
        return text[:120]


class _Printed(io.StringIO):
    """Keeps the first characters that an answer prints, so that a flood costs no memory."""

    def write(self, text: str) -> int:
        if self.tell() < MAX_PRINTED:
            super().write(text[:MAX_PRINTED])
        return len(text)


# ---- in a forked child ----------------------------------------------------------------------


def _collect_forked(
    run: Runner, inputs: Sequence[tuple[Any, ...]], seconds: float
) -> list[Outcome]:
    """The outcomes up to the first call that hangs or kills the child."""
    read_end, write_end = os.pipe()
    with warnings.catch_warnings():
        # The kernel's other threads hold no lock that the child takes before it exits.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        try:
            os.setsid()
            os.close(read_end)
            _confine()
            for args in inputs:
                _send(write_end, run.packed(args))
        finally:
            os._exit(0)
    os.close(write_end)
    outcomes: list[Outcome] = []
    try:
        while len(outcomes) < len(inputs):
            outcome = _receive(read_end, _Limit(child, seconds))
            outcomes.append(outcome)
            if outcome.failure and outcome.failure.kind in ("Timeout", "Crash"):
                break
    finally:
        os.close(read_end)
        with contextlib.suppress(ProcessLookupError):
            # The child leads a group of its own, so that what it started ends with it.
            os.killpg(child, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return outcomes


def _confine() -> None:
    """Keep the child's noise, questions and appetite away from the notebook."""
    import resource

    gc.disable()
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    builtins.input = _no_input
    for signal_number in (signal.SIGINT, signal.SIGALRM):
        signal.signal(signal_number, signal.SIG_DFL)
    with contextlib.suppress(OSError, ValueError):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = used + EXTRA_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))
    with contextlib.suppress(Exception):
        # A pool of OpenMP threads does not survive a fork; one thread needs no pool.
        from threadpoolctl import threadpool_limits

        if "sklearn" in sys.modules:
            threadpool_limits(1)


def _no_input(prompt: object = "") -> str:
    raise EOFError("an answer cannot ask for input")


def pack(value: Any, failure: Sequence[str] | None, after: Any) -> bytes:
    """An outcome as `Runner.packed` writes it."""
    note = json.dumps([failure, ""]).encode()
    parts = [plain.dumps(value), b"" if after is None else plain.dumps(after), note]
    return SIZES.pack(*map(len, parts)) + b"".join(parts)


def failure_of(fields: Sequence[Any]) -> Failure:
    """A failure as somebody sent it: its kind, its message and its line, none of them long."""
    kind, message, line = (str(each) for each in fields)
    return Failure(kind[:80], message[:MAX_MESSAGE], line[:120])


def _unpack(message: bytes) -> Outcome:
    """The outcome in a message from `Runner.packed`, whoever wrote it."""
    try:
        rest = message[SIZES.size :]
        parts = []
        for size in SIZES.unpack_from(message):
            parts.append(rest[:size])
            rest = rest[size:]
        value, after, note = parts
        failure, printed = json.loads(note)
        return Outcome(
            plain.loads(value),
            failure_of(failure) if failure else None,
            _arguments(plain.loads(after)) if after else None,
            str(printed)[:MAX_PRINTED],
        )
    except Exception:
        return Outcome(failure=Failure("Crash", "sent back something other than its result"))


def _arguments(said: Any) -> tuple[Any, ...]:
    # Arguments that grew too large are opaque as a whole.
    return said if isinstance(said, tuple) else (said,)


def _send(pipe: int, message: bytes) -> None:
    view = memoryview(struct.pack(">Q", len(message)) + message)
    while view:
        view = view[os.write(pipe, view) :]


class _Limit:
    """Ends a call after ``seconds`` of its own work, or `PATIENCE` times as long on the clock.

    On a machine that is busy with other things a right answer is slow and not endless; one that
    sleeps does no work at all.
    """

    def __init__(self, child: int, seconds: float) -> None:
        self.child, self.seconds = child, seconds
        self._clock, self._work = time.monotonic(), _seconds_of_work(child)

    def left(self) -> float:
        work = _seconds_of_work(self.child) - self._work
        clock = time.monotonic() - self._clock
        return max(0.0, min(self.seconds - work, PATIENCE * self.seconds - clock))


def _seconds_of_work(process: int) -> float:
    """The processor time of a process and of all its threads."""
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _receive(pipe: int, limit: _Limit) -> Outcome:
    try:
        (size,) = struct.unpack(">Q", _read(pipe, 8, limit))
        if size > 4 * plain.MAX_BYTES:
            return Outcome(failure=Failure("Crash", "sent back more than a result can be"))
        return _unpack(_read(pipe, size, limit))
    except TimeoutError:
        return Outcome(failure=Failure("Timeout", "did not finish in time"))
    except EOFError:
        return Outcome(failure=Failure("Crash", "ended the Python process it ran in"))


def _read(pipe: int, size: int, limit: _Limit) -> bytes:
    chunks = bytearray()
    while len(chunks) < size:
        left = limit.left()
        # A clock of work has coarse ticks: a little longer, rather than asking it all the time.
        ready, _, _ = select.select([pipe], [], [], left + 0.02)
        if not ready:
            if left > 0:
                continue
            raise TimeoutError
        chunk = os.read(pipe, min(size - len(chunks), 2**20))
        if not chunk:
            raise EOFError
        chunks += chunk
    return bytes(chunks)


# ---- in a thread ----------------------------------------------------------------------------


def _collect_threaded(
    run: Runner, inputs: Sequence[tuple[Any, ...]], seconds: float
) -> list[Outcome]:
    """The outcomes up to the first call that hangs."""
    return list(_threaded(run, inputs, seconds))


def _threaded(run: Runner, inputs: Sequence[tuple[Any, ...]], seconds: float) -> Iterator[Outcome]:
    for args in inputs:
        box: list[Outcome] = []
        thread = threading.Thread(target=lambda a=args, b=box: b.append(run(a)), daemon=True)
        thread.start()
        thread.join(seconds)
        if not box:
            yield Outcome(failure=Failure("Timeout", "did not finish in time"))
            return
        yield box[0]
