"""A process of ours that works on what strangers wrote: read, judged, asked about.

Whatever a submission contains may make a parser, a decoder or a comparison hang, fill the memory or
crash. So each of these runs in a forked process with limits of memory and of time. It is ended and
forked anew when it reaches one, and is kept for the next request otherwise.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable
from pathlib import Path

from utils.execution import messages, worker

MAX_ANSWER = 2**28


class Overrun(Exception):
    """A request took more time or memory than it may; ``what`` says which."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class LimitedProcess:
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
        self._process: worker.Forked | None = None
        self._owner = os.getpid()

    @property
    def is_running(self) -> bool:
        """Whether the process is there, and this one's own."""
        return self._process is not None and self._owner == os.getpid()

    def __call__(self, request: bytes, seconds: float) -> bytes:
        """What ``work`` returns.

        Raises
        ------
        Overrun
            When it takes longer than ``seconds`` of work, or needs too much memory.
        """
        if not worker.FORKS:
            return self._work(request)
        if not self.is_running:
            # One that was forked with a process inherits its pipes: two would talk to the same.
            self._process, self._owner = worker.fork(self._serve), os.getpid()
        process = self._process
        assert process is not None
        left = worker.WorkLimit(process.pid, seconds).left
        try:
            messages.send(process.tell, messages.ASK, request, left)
            return process.hear.receive([messages.VALUE], MAX_ANSWER, left)[1]
        except TimeoutError:
            self.close()
            raise Overrun("time") from None
        except messages.Closed:
            self.close()
            raise Overrun("memory") from None

    def _serve(self, hear: int, tell: int) -> None:
        worker.confine()
        if sys.platform == "linux":
            import resource

            used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            limit = used + self._memory_mb * 2**20
            with contextlib.suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        with contextlib.suppress(messages.Closed):
            inbox = messages.Inbox(hear)
            while True:
                _, request = inbox.receive([messages.ASK], MAX_ANSWER)
                messages.send(tell, messages.VALUE, self._work(request))

    def close(self) -> None:
        """End the process."""
        if self._process and self.is_running:
            self._process.end()
        self._process = None
