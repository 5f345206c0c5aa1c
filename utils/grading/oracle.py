"""Runs implementations of ours on arguments that an answer chose, and says what came out.

The arguments may be made to hang or to fill the memory, so this has a process of its own, with
limits, apart from the marker. It is forked when it is first asked, reads the question itself, and
is kept for the next answer unless this one broke it.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import time
from collections.abc import Callable, Mapping
from typing import Any

from utils import calls, plain
from utils.grading import channel

MAX_FAILURES = 3


class Oracle:
    """Answers for implementations by key; see `utils.grading.sandbox.Child.call`."""

    # Of what is sent back when the arguments grew.
    _cap = 4 * plain.MAX_BYTES

    def __init__(self, implementations: Mapping[str, Callable[..., Any]], seconds: float) -> None:
        self.implementations = implementations
        self.seconds = seconds
        self._process: tuple[int, int, int] | None = None
        self._failures = 0

    def __call__(self, question: bytes) -> bytes:
        """What the implementation did, as a message of `utils.calls.Runner`."""
        if self._failures >= MAX_FAILURES:
            raise channel.Forged("asked an implementation for what does not finish")
        if not calls.FORKS:
            return self._in_a_thread(question)
        _, ask, answer = self._process = self._process or self._start()
        deadline = time.monotonic() + self.seconds
        try:
            channel.send(ask, channel.ASK, question, deadline)
            kinds = [channel.VALUE, channel.REFUSED]
            kind, said = channel.receive(answer, kinds, self._cap, deadline)
        except (TimeoutError, channel.Closed):
            self._failures += 1
            self.close()
            return _failed("TimeoutError", "the implementation did not finish in time")
        if kind == channel.REFUSED:
            raise channel.Forged(said.decode())
        return said

    def for_another(self) -> Oracle:
        """The oracle, with nothing held against it for what an earlier answer asked."""
        self._failures = 0
        return self

    def _start(self) -> tuple[int, int, int]:
        their_end, ask = os.pipe()
        answer, my_end = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                os.close(ask)
                os.close(answer)
                os.setsid()
                calls._confine()
                self._serve(their_end, my_end)
            finally:
                os._exit(0)
        os.close(their_end)
        os.close(my_end)
        return pid, ask, answer

    def _serve(self, ask: int, answer: int) -> None:
        while True:
            _, message = channel.receive(ask, [channel.ASK], self._cap)
            try:
                implementation, args = self._understood(message)
            except channel.Forged as error:
                channel.send(answer, channel.REFUSED, str(error).encode())
            else:
                channel.send(answer, channel.VALUE, calls.Runner(implementation).packed(args))

    def _understood(self, question: bytes) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """What is asked for, and about which arguments."""
        try:
            key, args, kwargs = plain.loads(question)
            if not (isinstance(key, str) and isinstance(args, list) and isinstance(kwargs, dict)):
                raise TypeError
        except (ValueError, TypeError):
            raise channel.Forged("sent back something other than its result") from None
        if key not in self.implementations:
            raise channel.Forged("asked for an implementation that it was not given")
        return functools.partial(self.implementations[key], **kwargs), tuple(args)

    def _in_a_thread(self, question: bytes) -> bytes:
        implementation, args = self._understood(question)
        (outcome,) = calls.collect(implementation, [args], seconds=self.seconds)
        if outcome.failure:
            return _failed(outcome.failure.kind, outcome.failure.message)
        return calls.Runner(lambda: outcome.value).packed(())

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
        os.waitpid(pid, 0)


def _failed(kind: str, message: str) -> bytes:
    def fail() -> None:
        raise {"TimeoutError": TimeoutError}.get(kind, RuntimeError)(message)

    return calls.Runner(fail).packed(())
