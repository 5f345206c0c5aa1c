"""A process of ours that works on what strangers wrote: read, judged, asked about.

Whatever a submission contains may make a parser, a decoder or a comparison hang, fill the memory or
crash. So each of these runs in a forked process with a limit of memory and of time, which is ended and
forked anew when it reaches one. It is kept for the next request otherwise.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from utils import calls
from utils.grading import budget
from utils.grading.sandbox import messages

ASK, SAID = b"?", b"!"
MAX_ANSWER = 2**28


class Overrun(Exception):
    """A request took more time or memory than it may; ``what`` says which."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Helper:
    """Answers requests by ``work`` in a process of its own.

    Parameters
    ----------
    work : callable
        ``work(request)`` takes and returns bytes. It is ours; what it works on is not.
    memory_mb : int
        What it may use on top of what this process has.
    """

    def __init__(self, work: Callable[[bytes], bytes], memory_mb: int) -> None:
        self._work, self._memory_mb = work, memory_mb
        self._process: tuple[int, int, int] | None = None

    def __call__(self, request: bytes, seconds: float) -> bytes:
        """What ``work`` returns.

        Raises
        ------
        Overrun
            When it takes longer than ``seconds`` of work, or needs too much memory.
        """
        if not calls.FORKS:
            return self._work(request)
        pid, ask, answer = self._process = self._process or self._start()
        left = _Left(pid, seconds)
        try:
            messages.send(ask, ASK, request, left)
            return messages.receive(answer, [SAID], MAX_ANSWER, left)[1]
        except TimeoutError:
            self.close()
            raise Overrun("time") from None
        except messages.Closed:
            self.close()
            raise Overrun("memory") from None

    def _start(self) -> tuple[int, int, int]:
        their_end, ask = os.pipe()
        answer, my_end = os.pipe()
        with warnings.catch_warnings():
            # Other threads hold no lock that the new process takes.
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if pid == 0:
            try:
                os.close(ask)
                os.close(answer)
                os.setsid()
                _confine(self._memory_mb)
                while True:
                    _, request = messages.receive(their_end, [ASK], MAX_ANSWER)
                    messages.send(my_end, SAID, self._work(request))
            finally:
                os._exit(0)
        os.close(their_end)
        os.close(my_end)
        return pid, ask, answer

    def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        pid, *descriptors = self._process
        self._process = None
        for descriptor in descriptors:
            os.close(descriptor)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


class _Left:
    """The seconds of work that a process of ours still has, or the patience with a busy machine."""

    def __init__(self, pid: int, seconds: float) -> None:
        self.pid, self.seconds = pid, seconds
        self.begun, self.work = time.monotonic(), calls._seconds_of_work(pid)

    def __call__(self) -> float:
        work = calls._seconds_of_work(self.pid) - self.work
        clock = time.monotonic() - self.begun
        return min(self.seconds - work, budget.PATIENCE * self.seconds - clock)


def _confine(memory_mb: int) -> None:
    calls._confine()
    if sys.platform == "linux":
        import resource

        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        limit = used + memory_mb * 2**20
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
