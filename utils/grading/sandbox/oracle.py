"""Runs implementations of ours on arguments that an answer chose, and says what came out.

The arguments may be made to hang or to fill the memory, so this has a process of its own, with
limits, apart from the marker. It is forked when it is first asked, reads the question itself, and
is kept for the next answer unless this one broke it.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from utils.execution import messages, plain, worker
from utils.execution.runner import Runner

MAX_FAILURES = 3


class Oracle:
    """Answers for implementations by key; see `utils.grading.sandbox.client.Child.call`."""

    # Of what is sent back when the arguments grew.
    _cap = 4 * plain.MAX_BYTES

    def __init__(self, implementations: Mapping[str, Callable[..., Any]], seconds: float) -> None:
        self.implementations = implementations
        self.seconds = seconds
        self._process: worker.Forked | None = None
        self._failures = 0

    def __call__(self, question: bytes) -> bytes:
        """What the implementation did, as a message of `utils.execution.runner.Runner`."""
        if self._failures >= MAX_FAILURES:
            raise messages.Forged("asked an implementation for what does not finish")
        if not worker.FORKS:
            return self._in_a_thread(question)
        process = self._process = self._process or worker.fork(self._serve)
        left = messages.Deadline(self.seconds).left
        try:
            messages.send(process.tell, messages.ASK, question, left)
            kinds = [messages.VALUE, messages.REFUSED]
            kind, said = messages.receive(process.hear, kinds, self._cap, left)
        except (TimeoutError, messages.Closed):
            self._failures += 1
            self.close()
            return _failed("TimeoutError", "the implementation did not finish in time")
        if kind == messages.REFUSED:
            raise messages.Forged(said.decode())
        return said

    def for_another(self) -> Oracle:
        """The oracle, with nothing held against it for what an earlier answer asked."""
        self._failures = 0
        return self

    def _serve(self, ask: int, answer: int) -> None:
        worker.confine()
        while True:
            _, message = messages.receive(ask, [messages.ASK], self._cap)
            try:
                implementation, args = self._understood(message)
            except messages.Forged as error:
                messages.send(answer, messages.REFUSED, str(error).encode())
            else:
                messages.send(answer, messages.VALUE, Runner(implementation).packed(args))

    def _understood(self, question: bytes) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """What is asked for, and about which arguments."""
        try:
            key, args, kwargs = plain.from_bytes(question)
            if not (isinstance(key, str) and isinstance(args, list) and isinstance(kwargs, dict)):
                raise TypeError
        except (ValueError, TypeError):
            raise messages.Forged("sent back something other than its result") from None
        if key not in self.implementations:
            raise messages.Forged("asked for an implementation that it was not given")
        return functools.partial(self.implementations[key], **kwargs), tuple(args)

    def _in_a_thread(self, question: bytes) -> bytes:
        implementation, args = self._understood(question)
        (outcome,) = worker.collect(implementation, [args], seconds=self.seconds)
        if outcome.failure:
            return _failed(outcome.failure.kind, outcome.failure.message)
        return Runner(lambda: outcome.value).packed(())

    def close(self) -> None:
        """End the process."""
        if self._process:
            self._process.end()
            self._process = None


def _failed(kind: str, message: str) -> bytes:
    def fail() -> None:
        raise {"TimeoutError": TimeoutError}.get(kind, RuntimeError)(message)

    return Runner(fail).packed(())
