"""The fork server: libraries are imported once, and confined children are forked to run answers.

It is started in a fresh interpreter before hidden inputs are drawn, while submissions are read:
which libraries these need it is told later. It imports nothing of `solutions`, and never sees an
input or a submission: these pass between a child and its marker, on a socket that
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
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from utils.grading.sandbox import child, confinement, system_calls

# What plain data needs in every child.
ALWAYS = ("numpy", "pandas", "scipy.sparse")
FORK, WORK, PEAK, END = b"fork", b"work", b"peak", b"end"
# How long a process may take to end by itself: to give its memory back, mostly.
EXIT_SECONDS = 1.0
# What a fork server is started with: the rest is told on its standard input, a line of settings and
# one of libraries, since /proc shows a command line to every child.
PROGRAM = (
    "import sys, json; s = json.loads(sys.stdin.readline()); sys.path.insert(0, s['root']); "
    "from utils.grading.sandbox import fork_server; fork_server.main(s)"
)


def main(settings: dict[str, Any]) -> None:
    """Serve markers until the one who started this is gone."""
    listener = socket.socket(fileno=settings["listener"])
    _import(ALWAYS)
    told = sys.stdin.readline()
    if not told:
        return
    _import(json.loads(told))
    _look_libraries_up_elsewhere()
    if not settings["landlock"]:
        confinement.close_memory()
    server = ForkServer(settings)
    gc.collect()
    gc.disable()
    gc.freeze()
    listener.setblocking(True)
    lines: dict[socket.socket, dict[int, float]] = {}
    while True:
        waiting: list[Any] = [0, listener, *lines]
        ready, _, _ = select.select(waiting, [], [])
        if 0 in ready and not os.read(0, 1):
            for children in lines.values():
                server.end_all(children)
            return
        for line in ready:
            if line is listener:
                lines[listener.accept()[0]] = {}
            elif isinstance(line, socket.socket) and not server.serve(line, lines[line]):
                server.end_all(lines.pop(line))
                line.close()


def _import(libraries: Iterable[str]) -> None:
    for library in libraries:
        # A library that is not installed is the answer's own trouble, when it asks for it.
        with contextlib.suppress(Exception), warnings.catch_warnings(action="ignore"):
            importlib.import_module(library)


def _look_libraries_up_elsewhere() -> None:
    """Have scikit-learn's pools ask the linker: a child cannot read which files are mapped."""
    with contextlib.suppress(ImportError):
        import threadpoolctl

        threadpoolctl._HAS_PROCFS = False


class ForkServer:
    """Forks confined children, and says how much each of them uses and how it ended."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.rules = confinement.readable_only() if settings["landlock"] else None
        self.program = system_calls.program() if settings["seccomp"] else None

    def serve(self, line: socket.socket, children: dict[int, float]) -> bool:
        """Do what a marker asks; False when it has hung up.

        ``children`` are those of this marker, with the memory in MB that each had when it was last
        asked for.
        """
        try:
            message, descriptors, _, _ = socket.recv_fds(line, 256, 1)
            word, number = message.split()
            line.send(json.dumps(self._reply(word, int(number), descriptors, children)).encode())
        except (OSError, ValueError):
            return False
        return True

    def _reply(
        self, word: bytes, number: int, descriptors: list[int], children: dict[int, float]
    ) -> dict[str, Any]:
        if word == FORK:
            try:
                pid = self.fork(descriptors[0], number)
            except OSError as error:
                return {"error": error.strerror}
            finally:
                os.close(descriptors[0])
            children[pid] = 0.0
            return {"pid": pid}
        if number not in children:
            return {}
        if word == WORK:
            return self.work(number)
        if word == PEAK:
            return self.peak(number, children)
        del children[number]
        return self.end(number)

    def fork(self, descriptor: int, cpu_seconds: int) -> int:
        """A confined child that serves its marker on ``descriptor``."""
        pid = os.fork()
        if pid == 0:
            try:
                self._become_child(descriptor, cpu_seconds)
            finally:
                os._exit(0)
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
            confinement.apply(self.rules)
        # Only now: until it is applied, the ruleset may be behind any descriptor.
        os.dup2(descriptor, 3, inheritable=False)
        os.closerange(4, os.sysconf("SC_OPEN_MAX") if sys.platform != "linux" else 2**16)
        if self.program:
            system_calls.load(self.program)
        child.serve(3)

    def work(self, pid: int) -> dict[str, float]:
        """The CPU seconds that a child has used so far."""
        try:
            # The number of a process's own clock, as in Linux's posix-timers.h.
            return {"seconds": time.clock_gettime(~pid << 3 | 2)}
        except OSError:
            return {}

    def peak(self, pid: int, children: dict[int, float]) -> dict[str, float]:
        """The MB by which a child's memory rose at most since this was last asked."""
        try:
            status = Path(f"/proc/{pid}/status").read_text()
            size = {line.split(":")[0]: line.split()[1:2] for line in status.splitlines()}
            if "VmHWM" not in size:
                # Its first thread has ended and others go on: nobody can see what they take.
                return {"mb": float(self.settings["memory_mb"])}
            rose = int(size["VmHWM"][0]) / 1024 - children[pid]
            children[pid] = int(size["VmRSS"][0]) / 1024
            # Five, as in Linux's proc.rst: the peak is set to what the process has now.
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        except (OSError, KeyError, IndexError, ValueError):
            return {}
        return {"mb": rose}

    def end(self, pid: int) -> dict[str, Any]:
        """Kill a child, if it has not ended: how it ended, by whom, and its CPU seconds."""
        ended, status, usage = os.wait4(pid, os.WNOHANG)
        # One that is on its way out has closed its line and cannot be waited for yet. One whose
        # first thread alone has ended looks the same, and is not waited for without end.
        patience = time.monotonic() + EXIT_SECONDS
        while not ended and _is_exiting(pid) and time.monotonic() < patience:
            time.sleep(0.001)
            ended, status, usage = os.wait4(pid, os.WNOHANG)
        ours = ended == 0
        if ours:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
        by_signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        return {"signal": by_signal, "ours": ours, "seconds": usage.ru_utime + usage.ru_stime}

    def end_all(self, children: dict[int, float]) -> None:
        """Kill every one of ``children``."""
        for pid in children:
            self.end(pid)


def _is_exiting(pid: int) -> bool:
    """Whether a process has begun to end: PF_EXITING among the flags of proc(5)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return bool(int(fields[6]) & 0x4)
    except (OSError, ValueError, IndexError):
        return False
