"""The marker's side of the sandbox: start it, run one answer in it, take bytes from it.

Nothing that a child sends is decoded here: a reply is a frame of bytes, read under a cap, and goes
to the judge, which has a process and limits of its own.
"""

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
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from utils.execution import messages, outcomes, worker
from utils.execution.outcomes import NOT_RUN, Failure, Stop
from utils.grading import budget
from utils.grading.budget import Budget, Limits, OverBudget
from utils.grading.sandbox import confinement, fork_server
from utils.refused import Refused

if TYPE_CHECKING:
    from utils.grading.answers import SentCell

CPU_SIGNALS = {getattr(signal, name, None) for name in ("SIGPROF", "SIGXCPU")} - {None}
# The kernel's or somebody else's doing, where we did not send it: no sign of what an answer did.
FOREIGN_SIGNALS = {getattr(signal, name, None) for name in ("SIGKILL", "SIGTERM", "SIGINT")} - {
    None
}
# What a fork server needs for an answer is milliseconds; a machine may be busy.
REPLY_SECONDS = 60.0
# How often a child that takes its time is looked at.
SLICE = 0.25
# A child that works less than this share of the time is waiting for something.
IDLE_SHARE = 0.02

TOO_LONG = Failure(Stop.TIMEOUT, "did not finish in time")
FORGED = "sent back something other than its result"

Ask = Callable[[bytes], bytes]
# A question, and the number of the call that is under way.
AskInCall = Callable[[bytes, int], bytes]
# What a call gave: the bytes of its outcome, unread, or why there is none.
Reply = bytes | Failure


class NotSafe(Refused, RuntimeError):
    """Protections are absent that marking strangers' code needs; the message says which."""


class SandboxEnded(Refused, RuntimeError):
    """The fork server is gone or does not answer; the message says what to do."""

    def __init__(
        self,
        message: str = "The sandbox has ended: run `course grade` again, it goes on from here.",
    ) -> None:
        super().__init__(message)


@dataclass(frozen=True)
class Job:
    """What a child is told: an answer's cells, the name it has there, and how to call it.

    ``proxies`` are the names for which the marker is asked, ``lent`` the sources of topics that the
    cells import.
    """

    cells: Sequence[SentCell]
    name: str
    adapter: str | None = None
    seconds: float = 3.0
    proxies: Mapping[str, str] = field(default_factory=dict)
    lent: Mapping[str, str] = field(default_factory=dict)
    # How many of the inputs are visible. What is printed on these is shown, so that no other one is
    # in the child until they are done.
    n_visible: int = 0
    # Whether the memory of each call is to be known.
    measured: bool = False

    def together(self, inputs: Sequence[bytes], n_done: int) -> Sequence[bytes]:
        """The inputs that are sent at once, after so many that are done."""
        if self.measured:
            return inputs[n_done : n_done + 1]
        visible = n_done < self.n_visible
        end, size = n_done + 1, len(inputs[n_done])
        for each in inputs[end : self.n_visible if visible else None]:
            size += len(each)
            if size > budget.MAX_SENT:
                break
            end += 1
        return inputs[n_done:end]


@dataclass
class Done:
    """What an answer did on its inputs, as far as it is known outside of a judge."""

    replies: list[Reply] = field(default_factory=list)
    # By the label of a cell.
    failed_cells: dict[str, Failure] = field(default_factory=dict)
    # Why the answer's name is bound to nothing that can be called.
    bound: Failure | None = None
    seconds: float = 0.0
    # Whether something that may not be its own doing ended it.
    unclear: bool = False
    peaks: list[float | None] = field(default_factory=list)

    def with_replies(self, other: Mapping[int, Reply]) -> Done:
        """The same with other replies in some calls."""
        return replace(self, replies=[other.get(i, reply) for i, reply in enumerate(self.replies)])


class Sandbox(Protocol):
    """Gives out children; `Forked` has a fork server, `Fresh` starts an interpreter for each."""

    limits: Limits

    def child(self, work: int) -> Any:
        """A context manager that yields a `Child`, which may work for so many seconds."""


class Allowance:
    """The time that a child has: seconds of work, as many of doing nothing, and patience.

    On a machine that is busy with other things a right answer is slow, and works whenever it can.
    One that sleeps or waits does no work at all.
    """

    def __init__(
        self, work: Callable[[], float | None], seconds: float, idle: float | None = None
    ) -> None:
        self._work, self._seconds = work, seconds
        self._idle = seconds if idle is None else idle
        self._begun = self._polled = time.monotonic()
        self._worked: float | None = None
        self._first: float | None = None
        self.idle = 0.0

    def left(self) -> float:
        """The seconds until it has to be asked again; 0 or below when the time is up."""
        now = time.monotonic()
        if now - self._polled < SLICE / 2:
            return SLICE / 2
        work = self._work()
        patience = budget.PATIENCE * self._seconds + 1 - (now - self._begun)
        if work is None:
            return patience
        if self._first is None or self._worked is None:
            self._first = self._worked = work
        elif work - self._worked < IDLE_SHARE * (now - self._polled):
            self.idle += now - self._polled
        self._polled, self._worked = now, work
        left = self._seconds - (work - self._first)
        return min(left, self._idle - self.idle, patience, SLICE)

    def pause(self, seconds: float) -> None:
        """Leave out time in which the child waited for us."""
        self._polled += seconds
        self._begun += seconds


class Child:
    """One process that runs answers. Whatever it sends is bytes under a cap, or a failure."""

    def __init__(
        self,
        line: socket.socket,
        end: Callable[[], dict[str, float]],
        cpu: int,
        work: Callable[[], float | None] = lambda: None,
        peak: Callable[[], float | None] = lambda: None,
    ) -> None:
        self.descriptor = line.fileno()
        self._inbox = messages.Inbox(self.descriptor)
        self._line = line
        self._end = end
        self._work = work
        self._peak = peak
        self._cpu = cpu
        self._ended: dict[str, float] | None = None
        self.unclear = False
        self.idle = 0.0

    @property
    def alive(self) -> bool:
        """Whether it can be asked for more."""
        return self._ended is None

    @property
    def seconds(self) -> float:
        """The CPU time that it has used, where that can be known."""
        return (self._work() or 0.0) if self._ended is None else self._ended.get("seconds", 0.0)

    def start(self, job: Job) -> Failure | None:
        """Tell it which answer is next. Why that failed, if it did."""
        told = {
            "name": job.name,
            "adapter": job.adapter,
            "seconds": job.seconds,
            "proxies": dict(job.proxies),
            "lent": dict(job.lent),
        }
        return self._told(messages.START, told, budget.PATIENCE)

    def run(self, cell: SentCell, seconds: float) -> Failure | None:
        """Have it run a cell: what went wrong, if anything did."""
        told = {"label": cell.label, "source": cell.source, "statements": cell.statements}
        idle = min(seconds, budget.CELL_IDLE)
        return self._told(messages.CELL, told | {"seconds": seconds}, seconds, idle)

    def bound(self) -> Failure | None:
        """Why the answer's name is bound to nothing that can be called, once all cells ran."""
        return self._told(messages.BOUND, {}, budget.PATIENCE)

    def _told(
        self, kind: bytes, told: dict[str, Any], seconds: float, idle: float | None = None
    ) -> Failure | None:
        allowance = Allowance(self._work, seconds, idle)
        try:
            messages.send(self.descriptor, kind, json.dumps(told).encode(), allowance.left)
            _, said = self._inbox.receive([messages.DONE], 2**12, allowance.left)
            failure = json.loads(said)
            return outcomes.failure_from(failure) if failure else None
        except SandboxEnded:
            raise
        except Exception as error:
            return self._failed(error)
        finally:
            self.idle += allowance.idle

    def call(
        self, inputs: Sequence[bytes], seconds: float, ask: Ask, left: Budget
    ) -> Iterator[Reply]:
        """What each call did, up to one that ended the child.

        ``ask`` answers for the implementations that are not in the child.

        Raises
        ------
        OverBudget
            When it asks or sends more than is left of the answer's budget.
        """
        told = messages.joined(inputs)
        for _ in inputs:
            if self.alive:
                yield self._reply(told, seconds, ask, left)
                told = b""

    def _reply(self, told: bytes, seconds: float, ask: Ask, left: Budget) -> Reply:
        """What the next call did, once it is told of that one and others."""
        kinds = [messages.OUTCOME, messages.ASK]
        left.begin_call()
        allowance = Allowance(self._work, seconds)
        try:
            if told:
                messages.send(self.descriptor, messages.ARGS, told, allowance.left)
            while True:
                kind, said = self._inbox.receive(kinds, budget.MAX_REPLY, allowance.left)
                left.spend(reply_bytes=len(said))
                if kind == messages.OUTCOME:
                    return said
                reply, took = self._answered(said, ask, left)
                allowance.pause(took)
                messages.send(self.descriptor, messages.VALUE, reply, allowance.left)
        except (OverBudget, SandboxEnded):
            raise
        except Exception as error:
            return self._failed(error)
        finally:
            self.idle += allowance.idle

    def _answered(self, question: bytes, ask: Ask, left: Budget) -> tuple[bytes, float]:
        if len(question) > budget.MAX_QUESTION:
            raise messages.Forged("asked an implementation about more than it takes")
        left.spend(questions=1)
        asked = time.monotonic()
        reply = ask(question)
        took = time.monotonic() - asked
        left.spend(seconds=took)
        return reply, took

    def peak_mb(self) -> float | None:
        """How much memory it took since this was last asked, as seen from outside."""
        return self._peak() if self.alive else None

    def _failed(self, error: Exception) -> Failure:
        ended = self.end()
        if isinstance(error, TimeoutError) or ended.get("signal") in CPU_SIGNALS:
            return TOO_LONG
        if ended.get("seconds", 0) >= self._cpu - 0.2:
            return TOO_LONG
        self.unclear = ended.get("signal") in FOREIGN_SIGNALS and not ended.get("ours", True)
        if isinstance(error, messages.Forged):
            return Failure(Stop.CRASH, str(error))
        if isinstance(error, messages.Closed):
            return Failure(Stop.CRASH, "ended the Python process it ran in")
        return Failure(Stop.CRASH, FORGED)

    def end(self) -> dict[str, float]:
        """Kill what is left of it."""
        if self._ended is None:
            # Without an end of its own nothing more is asked, also where this one fails.
            self._ended = {}
            self._line.close()
            self._ended = self._end()
        return self._ended


class Session:
    """A child that runs answers in turn, and another one after one of them ended it."""

    def __init__(self, sandbox: Sandbox, slow: set[str] | None = None, call: float = 0.0) -> None:
        self._sandbox = sandbox
        self._work = sandbox.limits.of_exercise(call)
        self._open = contextlib.ExitStack()
        self._child: Child | None = None
        # Labels of cells that ended a child, shared among the sessions of one submission.
        self._slow = set() if slow is None else slow

    def run(
        self, job: Job, inputs: Sequence[bytes], ask: AskInCall, left: Budget, *, retry: bool = True
    ) -> Done:
        """Call an answer once for each of ``inputs``; ``ask`` answers for what is not in the child.

        With ``retry``, the calls after one that hangs or crashes are made in a new child.

        Raises
        ------
        OverBudget
            When the answer uses more than is ``left``.
        """
        done = Done()
        ended = {Stop.TIMEOUT: 0, Stop.CRASH: 0}
        while len(done.replies) < len(inputs):
            child = self._ready()
            used = child.seconds + child.idle
            try:
                last = self._define(child, job, done)
                if child.alive and not done.bound:
                    last = self._call_all(child, job, inputs, ask, left, done)
            finally:
                more = child.seconds + child.idle - used
                done.seconds += more
                done.unclear |= child.unclear
            left.spend(seconds=more)
            if child.alive:
                break
            kind = Stop.TIMEOUT if last and last.kind == Stop.TIMEOUT else Stop.CRASH
            ended[kind] += 1
            enough = ended[Stop.TIMEOUT] >= budget.MAX_HANGS
            enough |= ended[Stop.CRASH] >= budget.MAX_CRASHES
            if not retry or enough:
                break
        not_run = NOT_RUN.failure or TOO_LONG
        fill = done.bound or (not_run if done.replies else last or not_run)
        done.replies += [fill] * (len(inputs) - len(done.replies))
        return done

    def _define(self, child: Child, job: Job, done: Done) -> Failure | None:
        """Run the cells. A cell that ends the child is cut down to what is needed from now on."""
        if failure := child.start(job):
            return failure
        for cell in job.cells:
            if cell.label in self._slow:
                cell = replace(cell, statements=cell.essential)
            failure = child.run(cell, self._sandbox.limits.of_cell) if cell.statements else None
            if failure:
                done.failed_cells.setdefault(cell.label, failure)
            if not child.alive:
                self._slow.add(cell.label)
                return failure
        done.bound = child.bound()
        return done.bound

    def _call_all(
        self,
        child: Child,
        job: Job,
        inputs: Sequence[bytes],
        ask: AskInCall,
        left: Budget,
        done: Done,
    ) -> Failure | None:
        def of_this_call(question: bytes) -> bytes:
            return ask(question, len(done.replies))

        while child.alive and len(done.replies) < len(inputs):
            if job.measured:
                child.peak_mb()
            sent = job.together(inputs, len(done.replies))
            for reply in child.call(sent, job.seconds, of_this_call, left):
                done.replies.append(reply)
                done.peaks.append(child.peak_mb() if job.measured else None)
        last = done.replies[-1]
        return last if isinstance(last, Failure) else None

    def _ready(self) -> Child:
        if self._child is None or not self._child.alive:
            self.close()
            self._child = self._open.enter_context(self._sandbox.child(self._work))
        return self._child

    def close(self) -> None:
        """End the child."""
        self._open.close()


# ---- a fork server --------------------------------------------------------------------------


class Server:
    """A fork server, shared by all markers of this machine.

    It begins to import what every child needs as soon as it is there, and forks children once it is
    told to `open`.
    """

    def __init__(self, limits: Limits) -> None:
        self._open = False
        layers = confinement.available()
        self._folder = tempfile.mkdtemp(prefix="course-")
        self.address = str(Path(self._folder) / "line")
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        listener.bind(self.address)
        listener.listen(64)
        settings = {
            "root": str(confinement.ROOT),
            "listener": listener.fileno(),
            "memory_mb": limits.memory_mb,
            "landlock": layers.landlock,
            "seccomp": layers.seccomp,
            "bubblewrap": layers.bubblewrap,
        }
        # Nothing that is specific to this machine stands on the command line, which /proc shows.
        command = [sys.executable, "-I", "-B", "-c", fork_server.PROGRAM]
        with confinement.around(command, layers) as (command, descriptors):
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[listener.fileno(), *descriptors],
                env=confinement.environment(),
                cwd="/",
                start_new_session=True,
            )
        listener.close()
        self._tell(settings)

    def _tell(self, what: object) -> None:
        with contextlib.suppress(OSError):
            self._process.stdin.write(json.dumps(what).encode() + b"\n")  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]

    def open(self, libraries: Sequence[str]) -> None:
        """Have it import what submissions need besides, and answer from then on."""
        self._open = True
        self._tell(list(libraries))

    def forget(self) -> None:
        """Let go of the lifeline: for a forked worker, which must not keep the server alive."""
        # To a server that has died, what it was told last is sent once more.
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]

    def close(self) -> None:
        """End the fork server and all of its children."""
        self.forget()
        try:
            # One that is still importing notices later that nobody wants it.
            self._process.wait(10 if self._open else 0)
        except subprocess.TimeoutExpired:
            # Its group, since bubblewrap may have forked and not yet told its child to go on.
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)


class Forked:
    """Children of a fork server, confined by whatever this machine has."""

    def __init__(self, address: str, limits: Limits) -> None:
        self.limits = limits
        self._server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # A server that warms up, or has died, is not waited for without end.
        self._server.settimeout(REPLY_SECONDS)
        try:
            self._server.connect(address)
        except OSError:
            raise SandboxEnded from None

    @contextlib.contextmanager
    def child(self, work: int) -> Iterator[Child]:
        """A new child."""
        mine, theirs = socket.socketpair()
        with theirs:
            request = b"%s %d" % (fork_server.FORK, work)
            try:
                pid = int(self._said(request, [theirs.fileno()])["pid"])
            except SandboxEnded:
                mine.close()
                raise
        child = Child(
            mine,
            lambda: self._said(b"%s %d" % (fork_server.END, pid)),
            work,
            lambda: self._said(b"%s %d" % (fork_server.WORK, pid)).get("seconds"),
            lambda: self._said(b"%s %d" % (fork_server.PEAK, pid)).get("mb"),
        )
        try:
            yield child
        finally:
            child.end()

    def _said(self, request: bytes, descriptors: Sequence[int] = ()) -> dict[str, float]:
        try:
            socket.send_fds(self._server, [request], descriptors)
            message = self._server.recv(2**12)
            reply = json.loads(message)
        except (OSError, ValueError):
            # Silence, a closed line and half a message are one thing: what it says is lost.
            raise SandboxEnded from None
        if "error" in reply:
            raise SandboxEnded(
                f"The sandbox cannot start a process ({reply['error']}): free some "
                "memory, then run `course grade` again, it goes on from here."
            )
        return reply

    def close(self) -> None:
        """Hang up."""
        self._server.close()


# ---- a fresh interpreter --------------------------------------------------------------------

FRESH = (
    "import sys, json; s = json.loads(sys.stdin.readline()); sys.path.insert(0, s['root']); "
    "from utils.grading.sandbox import child; child.main(s)"
)


class Fresh:
    """An interpreter for each answer with resource limits, where nothing better can be had."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits

    @contextlib.contextmanager
    def child(self, work: int) -> Iterator[Child]:
        """A new child."""
        token = secrets.token_bytes(16)
        with (
            socket.create_server(("127.0.0.1", 0)) as server,
            tempfile.TemporaryDirectory() as home,
        ):
            server.settimeout(REPLY_SECONDS)
            settings = {
                "root": str(confinement.ROOT),
                "port": server.getsockname()[1],
                "token": token.hex(),
                "memory_mb": self.limits.memory_mb,
                "cpu_seconds": work,
            }
            process = _fresh_interpreter(home, settings)
            try:
                line, _ = server.accept()
            except TimeoutError:
                _end_fresh(process)
                raise SandboxEnded("A fresh interpreter did not start: run this again.") from None
            line.settimeout(10)
            if line.recv(16, socket.MSG_WAITALL) != token:
                raise SandboxEnded("Somebody else connected to the sandbox: run this again.")
            line.setblocking(True)
            done = functools.partial(_work_of, process.pid)
            child = Child(line, lambda: _end_fresh(process), work, done)
            try:
                yield child
            finally:
                child.end()


def _fresh_interpreter(home: str, settings: dict[str, Any]) -> subprocess.Popen:
    system = {k: v for k, v in os.environ.items() if k.upper() in ("SYSTEMROOT", "TEMP")}
    process = subprocess.Popen(
        [sys.executable, "-I", "-B", "-c", FRESH],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**system, **confinement.environment(), "HOME": home},
        cwd=home,
        start_new_session=True,
    )
    with contextlib.suppress(OSError):
        process.stdin.write(json.dumps(settings).encode() + b"\n")  # type: ignore[union-attr]
        process.stdin.close()  # type: ignore[union-attr]
    return process


def _work_of(pid: int) -> float | None:
    return worker.seconds_of_work(pid) if sys.platform == "linux" else None


def _end_fresh(process: subprocess.Popen) -> dict[str, float]:
    ours = process.poll() is None
    with contextlib.suppress(OSError, AttributeError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    code = process.wait()
    return {"signal": -code if code < 0 else 0, "ours": ours}


@functools.cache
def server(limits: Limits, libraries: tuple[str, ...] = ()) -> Server:
    """A fork server of this process alone, ended when the process ends."""
    started = Server(limits)
    started.open(libraries)
    atexit.register(started.close)
    return started
