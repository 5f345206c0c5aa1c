"""The marker's side of the sandbox: start it, run one answer in it, take plain data from it."""

from __future__ import annotations

import atexit
import contextlib
import functools
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from utils.execution import messages, outcomes, plain
from utils.execution.outcomes import ENDED, GARBLED, NOT_RUN, TIMED_OUT, Failure, Outcome
from utils.execution.worker import PATIENCE
from utils.grading.sandbox import confinement, fork_server

MAX_REPLY = 16 * 2**20
MAX_QUESTION = 4 * 2**20
MAX_QUESTIONS = 5_000
MAX_HANGS = 2
MAX_CRASHES = 6
CPU_SIGNALS = {getattr(signal, name, None) for name in ("SIGPROF", "SIGXCPU")} - {None}


class NotSafe(RuntimeError):
    """Protections are absent that marking strangers' code needs; the message says which."""


@dataclass(frozen=True)
class Limits:
    """What one answer may use.

    ``seconds`` bounds a call, over the exercise's own limit; ``memory_mb`` is on top of the
    libraries that are loaded.
    """

    seconds: float = 10.0
    memory_mb: int = 1024

    @property
    def cpu_seconds(self) -> int:
        """For all calls of one exercise together."""
        return int(4 * self.seconds) + 2


@dataclass(frozen=True)
class Job:
    """What a child is told: an answer's cells, the name it has there, and how to call it.

    ``proxies`` are the names for which the marker is asked, ``lent`` the sources of topics that the
    cells import.
    """

    cells: Sequence[Mapping[str, Any]]
    name: str
    adapter: str | None = None
    seconds: float = 3.0
    proxies: Mapping[str, str] = field(default_factory=dict)
    lent: Mapping[str, str] = field(default_factory=dict)


Ask = Callable[[bytes], bytes]


class Sandbox(Protocol):
    """Gives out children; `Warm` forks them, `Fresh` starts an interpreter for each."""

    limits: Limits

    def child(self) -> Any:
        """A context manager that yields a `Child`."""


class Child:
    """One process that runs answers. Whatever it sends is taken for plain data or refused."""

    def __init__(
        self,
        line: socket.socket,
        end: Callable[[], dict[str, float]],
        cpu: int,
        work: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.descriptor = line.fileno()
        self._line = line
        self._end = end
        self._work = work
        self._cpu = cpu
        self._ended: dict[str, float] | None = None

    @property
    def alive(self) -> bool:
        """Whether it can be asked for more."""
        return self._ended is None

    @property
    def seconds(self) -> float:
        """The CPU time that it has used, where that can be known."""
        return self._work() if self._ended is None else self._ended.get("seconds", 0.0)

    def start(self, job: Job) -> Failure | None:
        """Have the answer defined. What went wrong on the way, if anything did."""
        message = asdict(job)
        deadline = messages.Deadline(PATIENCE * self._cpu / 4 + 1)
        try:
            messages.send(
                self.descriptor, messages.START, json.dumps(message).encode(), deadline.left
            )
            _, said = messages.receive(self.descriptor, [messages.READY], 2**16, deadline.left)
            failure = json.loads(said)
            return Failure(*map(str, failure)) if failure else None
        except Exception as error:
            return self._failed(error)

    def call(self, args: Sequence[Any], seconds: float, ask: Ask) -> Outcome:
        """What one call did. ``ask`` answers for the implementations that are not in the child."""
        kinds = [messages.OUTCOME, messages.ASK]
        deadline = messages.Deadline(PATIENCE * seconds + 1)
        try:
            message = plain.to_bytes(tuple(args))
            messages.send(self.descriptor, messages.ARGS, message, deadline.left)
            for _ in range(MAX_QUESTIONS):
                kind, said = messages.receive(self.descriptor, kinds, MAX_REPLY, deadline.left)
                if kind == messages.OUTCOME:
                    return outcomes.from_bytes(said)
                asked = time.monotonic()
                if len(said) > MAX_QUESTION:
                    raise messages.Forged("asked an implementation about more than it takes")
                reply = ask(said)
                deadline.end += time.monotonic() - asked
                messages.send(self.descriptor, messages.VALUE, reply, deadline.left)
            raise messages.Forged("asked for more calls than a test needs")
        except Exception as error:
            return Outcome(failure=self._failed(error))

    def _failed(self, error: Exception) -> Failure | None:
        ended = self.end()
        if isinstance(error, TimeoutError) or ended.get("signal") in CPU_SIGNALS:
            return TIMED_OUT.failure
        if ended.get("seconds", 0) >= self._cpu - 0.2:
            return TIMED_OUT.failure
        if isinstance(error, messages.Forged):
            return Failure("Crash", str(error))
        if isinstance(error, messages.Closed):
            return ENDED.failure
        return GARBLED.failure

    def end(self) -> dict[str, float]:
        """Kill what is left of it."""
        if self._ended is None:
            self._ended = self._end()
            self._line.close()
        return self._ended


class Room:
    """A child that runs answers in turn, and another one after one of them ended it."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._open = contextlib.ExitStack()
        self._child: Child | None = None

    def run(
        self,
        job: Job,
        inputs: Sequence[Sequence[Any]],
        ask: Ask,
        *,
        retry: bool = True,
    ) -> tuple[list[Outcome], Failure | None, float]:
        """Call an answer once for each of ``inputs``.

        Parameters
        ----------
        ask : callable
            Answers for the implementations that are not in the child.
        retry : bool
            Whether the calls after one that hangs or crashes are made, in a new child.

        Returns
        -------
        outcomes : list of Outcome
            One for each of the inputs, in their order.
        failure : Failure or None
            What went wrong while the cells ran, whether or not the answer got defined.
        seconds : float
            CPU time in all children.
        """
        outcomes: list[Outcome] = []
        first: Failure | None = None
        spent = 0.0
        kinds = {"Timeout": 0, "Crash": 0}
        while len(outcomes) < len(inputs):
            child = self._ready()
            before = child.seconds
            failure = child.start(job)
            first = first or failure
            if not child.alive:
                # The cells themselves hang or crash: they would again.
                outcomes += [Outcome(failure=failure)] * (len(inputs) - len(outcomes))
            while child.alive and len(outcomes) < len(inputs):
                outcomes.append(child.call(inputs[len(outcomes)], job.seconds, ask))
            spent += child.seconds - before
            if not child.alive and (last := outcomes[-1].failure):
                kinds[last.kind] += 1
            if not retry or kinds["Timeout"] >= MAX_HANGS or kinds["Crash"] >= MAX_CRASHES:
                outcomes += [NOT_RUN] * (len(inputs) - len(outcomes))
        return outcomes, first, spent

    def _ready(self) -> Child:
        if self._child is None or not self._child.alive:
            self.close()
            self._child = self._open.enter_context(self._sandbox.child())
        return self._child

    def close(self) -> None:
        """End the child."""
        self._open.close()


# ---- a warm parent --------------------------------------------------------------------------


class Server:
    """A warm parent, shared by all markers of this machine."""

    def __init__(self, limits: Limits, libraries: Sequence[str] = ()) -> None:
        layers = confinement.available()
        self._folder = tempfile.mkdtemp(prefix="course-")
        self.address = str(Path(self._folder) / "line")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(self.address)
        listener.listen(64)
        settings = {
            "listener": listener.fileno(),
            "memory_mb": limits.memory_mb,
            "libraries": list(libraries),
            "landlock": layers.landlock,
            "seccomp": layers.seccomp,
            "bubblewrap": layers.bubblewrap,
        }
        program = (
            f"import sys; sys.path.insert(0, {str(confinement.ROOT)!r}); "
            "from utils.grading.sandbox import fork_server; fork_server.main()"
        )
        command = [sys.executable, "-I", "-B", "-c", program, json.dumps(settings)]
        if layers.bubblewrap:
            command = confinement.bubblewrap(shutil.which("bwrap") or "bwrap") + command
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            env=confinement.environment(),
            cwd="/",
        )
        listener.close()

    def forget(self) -> None:
        """Let go of the parent's lifeline: for a forked worker, which must not keep it alive."""
        if self._process.stdin:
            self._process.stdin.close()

    def close(self) -> None:
        """End the parent and all of its children."""
        with contextlib.suppress(OSError):
            self.forget()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stderr:
            self._process.stderr.close()
        shutil.rmtree(self._folder, ignore_errors=True)


class Warm:
    """Children forked from a warm parent, confined by whatever this machine has."""

    def __init__(self, address: str, limits: Limits) -> None:
        self.limits = limits
        self._parent = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._parent.connect(address)

    @contextlib.contextmanager
    def child(self) -> Iterator[Child]:
        """A new child."""
        mine, theirs = socket.socketpair()
        cpu = self.limits.cpu_seconds
        with theirs:
            socket.send_fds(self._parent, [b"%s %d" % (fork_server.FORK, cpu)], [theirs.fileno()])
            pid = self._reply()["pid"]
        child = Child(
            mine,
            lambda: self._said(fork_server.END, int(pid)),
            cpu,
            lambda: self._said(fork_server.WORK, int(pid)).get("seconds", 0.0),
        )
        try:
            yield child
        finally:
            child.end()

    def _said(self, word: bytes, pid: int) -> dict[str, float]:
        self._parent.send(b"%s %d" % (word, pid))
        return self._reply()

    def _reply(self) -> dict[str, float]:
        message = self._parent.recv(2**12)
        if not message:
            raise ConnectionError("The sandbox has ended: run `course grade` again, it resumes.")
        return json.loads(message)

    def close(self) -> None:
        """Hang up."""
        self._parent.close()


# ---- a fresh interpreter --------------------------------------------------------------------


class Fresh:
    """An interpreter for each answer with resource limits, where nothing better can be had."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    @contextlib.contextmanager
    def child(self) -> Iterator[Child]:
        """A new child."""
        token = secrets.token_bytes(16)
        cpu = self.limits.cpu_seconds
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            tempfile.TemporaryDirectory() as home,
        ):
            server.settimeout(60)
            program = (
                f"import sys; sys.path.insert(0, {str(confinement.ROOT)!r}); "
                "from utils.grading.sandbox import child; child.main()"
            )
            words = [str(server.getsockname()[1]), token.hex(), str(self.limits.memory_mb)]
            system = {k: v for k, v in os.environ.items() if k.upper() in ("SYSTEMROOT", "TEMP")}
            process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-c", program, *words, str(cpu)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**system, **confinement.environment(), "HOME": home},
                cwd=home,
                start_new_session=True,
            )
            line, _ = server.accept()
            line.settimeout(10)
            if line.recv(16, socket.MSG_WAITALL) != token:
                raise ConnectionError("Somebody else connected to the sandbox: run this again.")
            line.setblocking(True)
            child = Child(line, lambda: _end_fresh(process), cpu)
            try:
                yield child
            finally:
                child.end()


def _end_fresh(process: subprocess.Popen) -> dict[str, float]:
    with contextlib.suppress(OSError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    code = process.wait()
    return {"signal": -code if code < 0 else 0}


@functools.cache
def server(limits: Limits, libraries: tuple[str, ...] = ()) -> Server:
    """A warm parent of this process alone, ended when the process ends."""
    started = Server(limits, libraries)
    atexit.register(started.close)
    return started
