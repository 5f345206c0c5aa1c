"""Call an answer on inputs, out of harm's way, and bring back what it did.

On Linux the answer runs in a forked worker: an endless loop is killed, a crash costs one call, and
what the answer patches or prints stays in the worker. Elsewhere forking beside numerical libraries
is not safe, so the answer runs in a thread that is abandoned at the time limit.
"""

from __future__ import annotations

import builtins
import contextlib
import functools
import gc
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from utils.execution import messages, outcomes, plain, runner
from utils.execution.outcomes import ENDED, GARBLED, NOT_RUN, TIMED_OUT, Outcome, Stop
from utils.execution.runner import NONE, Adapter, Answer, Implementations, Runner

MAX_HANGS = 2
# A call may take its seconds of processor time, and so many times that by the clock: on a machine
# that is busy with other things a right answer is slow and not endless, while one that sleeps does
# no work at all.
PATIENCE = 4
LOOK = 0.05
EXTRA_MEMORY = 4 * 2**30
FORKS = sys.platform == "linux"


def collect(
    answer: Answer,
    inputs: Sequence[tuple[Any, ...]],
    *,
    adapter: Adapter | None = None,
    implementations: Implementations = NONE,
    seconds: float = 3.0,
) -> list[Outcome]:
    """Call ``answer`` once for each tuple of arguments.

    Parameters
    ----------
    answer, adapter, implementations
        As in `utils.execution.runner.Runner`.
    inputs : sequence of tuple
        Plain data; every call gets a copy of its own.
    seconds : float
        The time limit of one call, in seconds of its own work where that can be known. After two
        calls that hang, the rest are not run.

    Returns
    -------
    list of Outcome
        One for each tuple of arguments, in their order.
    """
    run = Runner(answer, adapter, implementations)
    gather = _forked if FORKS else _threaded
    found: list[Outcome] = []
    hangs = 0
    while len(found) < len(inputs) and hangs < MAX_HANGS:
        found += gather(run, inputs[len(found) :], seconds)
        hangs += found[-1].failed_by == Stop.TIMEOUT
    return found + [NOT_RUN] * (len(inputs) - len(found))


# ---- in a forked worker ---------------------------------------------------------------------

# Killed, and not yet waited for.
_ending: list[int] = []


@dataclass(frozen=True)
class Forked:
    """A forked process, and the two ends by which it is told and heard."""

    pid: int
    tell: int
    hear: messages.Inbox

    def end(self, wait: bool = True) -> None:
        """Kill it and what it started; without ``wait`` it gives its memory back meanwhile."""
        os.close(self.tell)
        os.close(self.hear.descriptor)
        for kill in (os.killpg, os.kill):
            # It leads a group of its own once it has come that far.
            with contextlib.suppress(ProcessLookupError):
                kill(self.pid, signal.SIGKILL)
        if wait:
            os.waitpid(self.pid, 0)
        else:
            _ending.append(self.pid)


def fork(serve: Callable[[int, int], None]) -> Forked:
    """A forked process that runs ``serve(hear, tell)`` and ends.

    It leads a session of its own, so that what it starts ends with it; it has neither this
    process's streams nor its other end of the pipes.
    """
    their_hear, tell = os.pipe()
    hear, their_tell = os.pipe()
    # Looked for in the child, the pools would cost it a copy of much of this process's memory.
    _openmp_pools(len(sys.modules))

    def work() -> None:
        os.close(tell)
        os.close(hear)
        serve(their_hear, their_tell)

    pid = fork_into(work)
    os.close(their_hear)
    os.close(their_tell)
    return Forked(pid, tell, messages.Inbox(hear))


def fork_into(work: Callable[[], object]) -> int:
    """Fork a silent process that does ``work`` and never returns; its number."""
    while _ending:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(_ending.pop(), 0)
    with warnings.catch_warnings():
        # The kernel's other threads hold no lock that the child takes before it exits.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            os.setsid()
            silence = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(silence, stream)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGALRM):
                signal.signal(number, signal.SIG_DFL)
            work()
        finally:
            os._exit(0)
    return pid


def confine() -> None:
    """Keep a forked worker's questions and appetite away from the one who forked it."""
    import resource

    gc.disable()
    builtins.input = runner.no_input
    with contextlib.suppress(OSError, ValueError):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        limit = used + EXTRA_MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit if hard < 0 else min(limit, hard), hard))
    if pools := _openmp_pools(len(sys.modules)):
        with contextlib.suppress(Exception):
            # A pool of OpenMP threads does not survive a fork; one thread needs no pool.
            pools.limit(limits=1)


@functools.lru_cache(maxsize=1)
def _openmp_pools(n_modules: int) -> Any:
    """OpenMP's pools in the libraries that are loaded, looked for when there are other modules.

    Not those of OpenBLAS: it survives a fork, and asked to limit itself it would first start its
    threads anew, which then spin for some 100 ms on the cores that the answer runs on.
    """
    with contextlib.suppress(Exception):
        from threadpoolctl import ThreadpoolController

        if "sklearn" in sys.modules:
            return ThreadpoolController().select(user_api="openmp")
    return None


def _forked(run: Runner, inputs: Sequence[tuple[Any, ...]], seconds: float) -> list[Outcome]:
    """The outcomes up to the first call that hangs or kills the worker."""

    def serve(hear: int, tell: int) -> None:
        confine()
        for args in inputs:
            messages.send(tell, messages.OUTCOME, run.packed(args))

    worker = fork(serve)
    found: list[Outcome] = []
    try:
        while len(found) < len(inputs):
            found.append(_received(worker, seconds))
            if found[-1].failed_by in (Stop.TIMEOUT, Stop.CRASH):
                break
    finally:
        worker.end(wait=False)
    return found


def _received(worker: Forked, seconds: float) -> Outcome:
    cap = 4 * plain.MAX_BYTES
    try:
        limit = WorkLimit(worker.pid, seconds)
        _, message = worker.hear.receive([messages.OUTCOME], cap, limit.left)
    except TimeoutError:
        return TIMED_OUT
    except messages.Closed:
        return ENDED
    except messages.Forged:
        return GARBLED
    return outcomes.from_bytes(message)


class WorkLimit:
    """Seconds of a process's own work, or `PATIENCE` times as many by the clock.

    Its work is looked at every `LOOK` seconds: what is done before costs no look.
    """

    def __init__(self, pid: int, seconds: float) -> None:
        self.pid, self.seconds = pid, seconds
        self._begun = self._looked = time.monotonic()
        self._first: float | None = None

    def left(self) -> float:
        """The seconds for which it may still be waited for; below 0 when the time is up."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return LOOK
        self._looked = now
        work = seconds_of_work(self.pid)
        if self._first is None:
            self._first = work
        return min(
            self.seconds - (work - self._first), PATIENCE * self.seconds - (now - self._begun)
        )


def seconds_of_work(pid: int) -> float:
    """The processor time of a process and of all its threads; 0 where it cannot be known."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


# ---- in a thread ----------------------------------------------------------------------------


def _threaded(run: Runner, inputs: Sequence[tuple[Any, ...]], seconds: float) -> list[Outcome]:
    """The outcomes up to the first call that hangs."""
    return list(_each_in_a_thread(run, inputs, seconds))


def _each_in_a_thread(
    run: Runner, inputs: Sequence[tuple[Any, ...]], seconds: float
) -> Iterator[Outcome]:
    for args in inputs:
        box: list[Outcome] = []
        thread = threading.Thread(target=lambda a=args, b=box: b.append(run(a)), daemon=True)
        # A thread that is abandoned in a call does not put back what it redirected for it.
        streams = sys.stdout, sys.stderr
        with warnings.catch_warnings():
            thread.start()
            thread.join(seconds)
        sys.stdout, sys.stderr = streams
        if not box:
            yield TIMED_OUT
            return
        yield box[0]
