"""Runs implementations of ours on arguments that an answer chose, and says what came out.

The arguments may be made to hang or to fill the memory, so this has a process of its own, with
limits, apart from the marker. It is forked when it is first asked.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from utils import calls, plain
from utils.grading import channel

MAX_FAILURES = 3


class Oracle:
    """Answers for implementations by key; see `utils.grading.sandbox.Child.call`."""

    def __init__(self, implementations: Mapping[str, Callable[..., Any]], seconds: float) -> None:
        self.implementations = implementations
        self.seconds = seconds
        self._process: tuple[int, int, int] | None = None
        self._failures = 0

    def __call__(self, key: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> bytes:
        """What the implementation did, as a message of `utils.calls.Runner`."""
        if key not in self.implementations:
            raise channel.Forged("asked for an implementation that it was not given")
        if self._failures >= MAX_FAILURES:
            raise channel.Forged("asked an implementation for what does not finish")
        if not calls.FORKS:
            return _in_a_thread(self.implementations[key], args, kwargs, self.seconds)
        _, ask, answer = self._process = self._process or self._start()
        deadline = time.monotonic() + self.seconds
        try:
            question = plain.dumps([key, list(args), dict(kwargs)])
            channel.send(ask, channel.ASK, question, deadline)
            return channel.receive(answer, [channel.VALUE], 4 * plain.MAX_BYTES, deadline)[1]
        except (TimeoutError, channel.Closed):
            self._failures += 1
            self.close()
            return _failed("TimeoutError", "the implementation did not finish in time")

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
            _, message = channel.receive(ask, [channel.ASK], 4 * plain.MAX_BYTES)
            key, args, kwargs = plain.loads(message)
            implementation = functools.partial(self.implementations[key], **kwargs)
            packed = calls.Runner(implementation).packed(tuple(args))
            channel.send(answer, channel.VALUE, packed)

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


def _in_a_thread(
    implementation: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any], limit: float
) -> bytes:
    bound = functools.partial(implementation, **kwargs)
    (outcome,) = calls.collect(bound, [tuple(args)], seconds=limit)
    if outcome.failure:
        return _failed(outcome.failure.kind, outcome.failure.message)
    return calls.Runner(lambda: outcome.value).packed(())


def _failed(kind: str, message: str) -> bytes:
    def fail() -> None:
        raise {"TimeoutError": TimeoutError}.get(kind, RuntimeError)(message)

    return calls.Runner(fail).packed(())
