"""Runs implementations of ours on arguments that an answer chose, and says what came out.

The arguments may be made to hang or to fill the memory, so this has a process of its own, with
limits, apart from the marker. The answer learns what was returned or that an exception was raised:
never which, nor a word of its text, since both may tell the implementations apart.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from utils.execution import messages, outcomes, plain
from utils.execution.outcomes import Failure
from utils.execution.runner import Runner
from utils.grading import budget
from utils.grading.limited_process import LimitedProcess, Overrun

FAILED = Failure("ImplementationFailed")
FAILED_OUTCOME = outcomes.to_bytes(b"null", FAILED, b"", "")
REFUSED, GIVEN = b"-", b"+"


# The key under which an answer asks for the implementation that it was given in a call.
UNDER_TEST = "under test"


class Oracle:
    """Answers for implementations by key; see `utils.grading.sandbox.client.Child.call`.

    Parameters
    ----------
    stand_ins : mapping of str to callable
        What may be asked in each call, by its key.
    under_test : mapping of int to callable
        By the number of a call, what `UNDER_TEST` means in it. Asked for all of them at once, an
        answer would see which are alike, and need no test.
    seconds : float
        For one question.
    """

    def __init__(
        self,
        stand_ins: Mapping[str, Callable[..., Any]],
        under_test: Mapping[int, Callable[..., Any]],
        seconds: float,
    ) -> None:
        self.stand_ins = stand_ins
        self.under_test = under_test
        self.seconds = seconds
        self._failures = 0
        self._kept: dict[bytes, bytes] = {}
        self._process = LimitedProcess(self._answered, budget.ORACLE_MB)

    def __call__(self, question: bytes, call: int) -> bytes:
        """What the implementation did, as a message of `utils.execution.runner.Runner`.

        ``call`` is the number of the call that is under way.

        Raises
        ------
        Forged
            When the question is none, or again and again takes too much time or memory.
        """
        asked = _in_call(question, call)
        if asked in self._kept and self._failures < budget.MAX_CAUSES:
            return self._kept[asked]
        said = self._said(asked)
        # What took too long today need not tomorrow.
        if said != FAILED_OUTCOME:
            self._keep(asked, said)
        return said

    def anew(self, question: bytes, call: int) -> bytes:
        """As a call, without what is kept: its time does not say that it was asked before."""
        return self._said(_in_call(question, call))

    def _said(self, asked: bytes) -> bytes:
        if self._failures >= budget.MAX_CAUSES:
            raise messages.Forged("asked an implementation for what does not finish")
        try:
            said = self._process(asked, self.seconds)
        except Overrun:
            self._failures += 1
            return FAILED_OUTCOME
        if said.startswith(REFUSED):
            raise messages.Forged(said[1:].decode())
        return said[1:]

    def _keep(self, asked: bytes, outcome: bytes) -> None:
        """Most answers to an exercise ask the same."""
        if len(asked) + len(outcome) <= budget.KEPT_BYTES:
            self._kept[asked] = outcome
        if len(self._kept) > budget.MAX_KEPT:
            del self._kept[next(iter(self._kept))]

    def for_another(self) -> Oracle:
        """The oracle, with nothing held against it for what an earlier answer asked."""
        self._failures = 0
        return self

    def _answered(self, asked: bytes) -> bytes:
        question, call = messages.parted(asked)
        try:
            implementation, args = self._understood(question, int(call))
        except messages.Forged as error:
            return REFUSED + str(error).encode()
        packed = Runner(implementation).packed(args)
        outcome = outcomes.from_bytes(packed)
        if outcome.failure:
            after = b"" if outcome.after is None else plain.to_bytes(outcome.after)
            packed = outcomes.to_bytes(b"null", FAILED, after, "")
        return GIVEN + packed

    def _understood(self, question: bytes, call: int) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        """What is asked for, and about which arguments."""
        try:
            key, args, kwargs = plain.from_bytes(question)
            if not (isinstance(key, str) and isinstance(args, list) and isinstance(kwargs, dict)):
                raise TypeError
        except (ValueError, TypeError):
            raise messages.Forged("sent back something other than its result") from None
        asked = self.under_test.get(call) if key == UNDER_TEST else self.stand_ins.get(key)
        if asked is None:
            raise messages.Forged("asked for an implementation that it was not given")
        return functools.partial(asked, **kwargs), tuple(args)

    def close(self) -> None:
        """End the process."""
        self._process.close()


def _in_call(question: bytes, call: int) -> bytes:
    return messages.joined([question, str(call).encode()])
