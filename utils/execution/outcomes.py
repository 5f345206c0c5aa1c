"""What one call of an answer did, and the bytes in which this travels between processes."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from utils.execution import plain

# Characters of what a call printed.
MAX_PRINTED = 2_000
# Of a value, of the arguments where they changed, of a note.
_SIZES = struct.Struct(">QQQ")


class Stop(StrEnum):
    """Kinds of failure that are no exception of the answer's own."""

    TIMEOUT = "Timeout"
    CRASH = "Crash"
    NOT_RUN = "NotRun"


# Why an answer was not called: no cell leaves its name bound, or to no function.
NOT_BOUND, NOT_CALLABLE = NOT_CALLED = "NotBound", "NotCallable"


@dataclass(frozen=True)
class Failure:
    """Why a call returned nothing.

    ``kind`` is the name of the exception's class, or one of `Stop`; ``line`` is the answer's own
    line on the way to the error.
    """

    kind: str
    message: str = ""
    line: str = ""


@dataclass(frozen=True)
class Outcome:
    """What one call of an answer did, as plain data.

    ``after`` holds the arguments as the call left them, or None where it left them alone.
    """

    value: Any = None
    failure: Failure | None = None
    after: tuple[Any, ...] | None = None
    printed: str = ""

    @property
    def failed_by(self) -> str | None:
        """The kind of its failure; None where it returned."""
        return self.failure.kind if self.failure else None

    def packed(self) -> bytes:
        """As a message that `from_bytes` reads."""
        after = b"" if self.after is None else plain.to_bytes(self.after)
        return to_bytes(plain.to_bytes(self.value), self.failure, after, self.printed)


TIMED_OUT = Outcome(failure=Failure(Stop.TIMEOUT, "did not finish in time"))
ENDED = Outcome(failure=Failure(Stop.CRASH, "ended the Python process it ran in"))
GARBLED = Outcome(failure=Failure(Stop.CRASH, "sent back something other than its result"))
NOT_RUN = Outcome(failure=Failure(Stop.NOT_RUN, "earlier calls did not finish"))


def to_bytes(value: bytes, failure: Failure | None, after: bytes, printed: str) -> bytes:
    """An outcome as a message; ``value`` and ``after`` are plain data as bytes already."""
    words = [failure.kind, failure.message, failure.line] if failure else None
    parts = [value, after, json.dumps([words, printed]).encode()]
    return _SIZES.pack(*map(len, parts)) + b"".join(parts)


def failure_from(words: list[Any]) -> Failure:
    """A failure as somebody sent it: kind, message and line, none of them long."""
    kind, message, line = (str(each) for each in words)
    return Failure(kind[:80], message[:300], line[:120])


def from_bytes(message: bytes) -> Outcome:
    """The outcome in a message, whoever wrote it: one that was tampered with is a crash."""
    try:
        value, after, note = _parts(message)
        words, printed = json.loads(note)
        return Outcome(
            plain.from_bytes(value),
            failure_from(words) if words else None,
            _arguments(plain.from_bytes(after)) if after else None,
            str(printed)[:MAX_PRINTED],
        )
    except Exception:
        return GARBLED


def _parts(message: bytes) -> list[bytes]:
    rest = message[_SIZES.size :]
    parts = []
    for size in _SIZES.unpack_from(message):
        parts.append(rest[:size])
        rest = rest[size:]
    return parts


def _arguments(said: Any) -> tuple[Any, ...]:
    # Arguments that grew too large are opaque as a whole.
    return said if isinstance(said, tuple) else (said,)
