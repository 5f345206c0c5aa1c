"""The warm parent: libraries are imported once, and confined children are forked to run answers.

It is started in a fresh interpreter before hidden inputs are drawn, imports nothing of `solutions`,
and never sees an input or a submission: these pass between a child and its marker, on a socket that
the marker hands over with each request to fork.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
import time
import warnings
from typing import Any

from utils.grading.sandbox import child, confinement

FORK, WORK, END = b"fork", b"work", b"end"


def main() -> None:
    """Serve markers until the one who started this is gone."""
    settings = json.loads(sys.argv[1])
    listener = socket.socket(fileno=settings["listener"])
    for library in settings["libraries"]:
        # A library that is not installed is the answer's own trouble, when it asks for it.
        with contextlib.suppress(Exception), warnings.catch_warnings(action="ignore"):
            importlib.import_module(library)
    parent = Parent(settings)
    gc.collect()
    gc.disable()
    gc.freeze()
    listener.setblocking(True)
    lines: dict[socket.socket, dict[int, None]] = {}
    while True:
        waiting: list[Any] = [0, listener, *lines]
        ready, _, _ = select.select(waiting, [], [])
        if 0 in ready and not os.read(0, 1):
            for children in lines.values():
                parent.end_all(children)
            return
        for line in ready:
            if line is listener:
                lines[listener.accept()[0]] = {}
            elif isinstance(line, socket.socket) and not parent.serve(line, lines[line]):
                parent.end_all(lines.pop(line))
                line.close()


class Parent:
    """Forks confined children, and says how each of them ended."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.rules = None
        if settings["landlock"]:
            self.rules = confinement.readable_only(settings["bubblewrap"])
        self.filter = confinement.system_calls() if settings["seccomp"] else None

    def serve(self, line: socket.socket, children: dict[int, None]) -> bool:
        """Do what a marker asks; False when it has hung up."""
        try:
            message, descriptors, _, _ = socket.recv_fds(line, 256, 1)
            word, *rest = message.split()
            if word == FORK:
                pid = self.fork(descriptors[0], int(rest[0]))
                children[pid] = None
                reply: dict[str, float] = {"pid": pid}
            else:
                pid = int(rest[0])
                do = self.work if word == WORK else self.end
                reply = do(pid) if pid in children else {}
                if word == END:
                    children.pop(pid, None)
            line.send(json.dumps(reply).encode())
        except (OSError, ValueError):
            return False
        return True

    def fork(self, descriptor: int, cpu_seconds: int) -> int:
        """A confined child that serves its marker on ``descriptor``."""
        pid = os.fork()
        if pid == 0:
            try:
                self._become_child(descriptor, cpu_seconds)
            finally:
                os._exit(0)
        os.close(descriptor)
        return pid

    def _become_child(self, descriptor: int, cpu_seconds: int) -> None:
        os.setsid()
        confinement.restore_signals()
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silence, stream)
        # Before Landlock: a limit is set over what the process has now, which /proc says.
        confinement.limit(self.settings["memory_mb"], cpu_seconds)
        if self.rules:
            confinement.apply(self.rules, self.settings["bubblewrap"])
        # Only now: until it is applied, the ruleset may be behind any descriptor.
        os.dup2(descriptor, 3, inheritable=False)
        os.closerange(4, os.sysconf("SC_OPEN_MAX") if sys.platform != "linux" else 2**16)
        if self.filter:
            confinement.load_filter(self.filter)
        child.serve(3)

    def work(self, pid: int) -> dict[str, float]:
        """The CPU seconds that a child has used so far."""
        try:
            # The number of a process's own clock, as in Linux's posix-timers.h.
            return {"seconds": time.clock_gettime(~pid << 3 | 2)}
        except OSError:
            return {}

    def end(self, pid: int) -> dict[str, float]:
        """Kill a child, if it has not ended: the signal it ended by, and its CPU seconds."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        by_signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        return {"signal": by_signal, "seconds": usage.ru_utime + usage.ru_stime}

    def end_all(self, children: dict[int, None]) -> None:
        """Kill every one of ``children``."""
        for pid in children:
            self.end(pid)
