"""Messages over a byte stream: a kind of one byte, a length, a payload. Nothing is ever unpickled.

Both ends use it: the one who asks, who trusts nothing that arrives, and the process that runs an
answer, which may have `read` and `write` left and no socket calls. So it is written with these two.
"""

from __future__ import annotations

import os
import select
import struct
from collections.abc import Callable, Iterator, Sequence

HEADER = struct.Struct(">cQ")
SIZE = struct.Struct(">Q")
# What the one who asks sends, and what comes back. The arguments of several calls are one message,
# and each of their outcomes is one.
START, CELL, BOUND, ARGS, VALUE = b"S", b"C", b"B", b"A", b"V"
DONE, OUTCOME, ASK = b"D", b"O", b"Q"
# A clock of processor time has coarse ticks: a little longer, rather than asking it all the time.
TICK = 0.02
CHUNK = 2**16
# For the rest of a message that has begun when the time is up.
GRACE = 0.25

# How many seconds it may still be waited; below 0, for how many it has been waited too long.
Left = Callable[[], float]


class Closed(EOFError):
    """The other end is gone."""


class Forged(ValueError):
    """What arrived is no message that the other end may send now."""


def send(descriptor: int, kind: bytes, payload: bytes, left: Left | None = None) -> None:
    """Write one message.

    Raises
    ------
    TimeoutError
        When the other end does not read it in time.
    Closed
        When the other end is gone.
    """
    view = memoryview(HEADER.pack(kind, len(payload)) + payload)
    while view:
        if left:
            _wait([], [descriptor], left)
        try:
            view = view[os.write(descriptor, view[:CHUNK] if left else view) :]
        except (BrokenPipeError, ConnectionResetError):
            raise Closed from None


class Inbox:
    """The end at which messages arrive; what came with one of them is kept for the next."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._arrived = bytearray()

    def receive(
        self, kinds: Sequence[bytes], cap: int, left: Left | None = None
    ) -> tuple[bytes, bytes]:
        """Read one message: its kind and its payload.

        Raises
        ------
        TimeoutError, Closed
            When it does not arrive whole.
        Forged
            When its kind is not among ``kinds``, or it is longer than ``cap``.
        """
        kind, size = HEADER.unpack(self._read(HEADER.size, left))
        if kind not in kinds or size > cap:
            raise Forged("sent back something other than its result")
        return kind, self._read(size, left)

    def _read(self, size: int, left: Left | None) -> bytes:
        while (missing := size - len(self._arrived)) > 0:
            if left:
                _wait([self.descriptor], [], left)
            try:
                chunk = os.read(self.descriptor, min(max(missing, CHUNK), 2**20))
            except ConnectionResetError:
                raise Closed from None
            if not chunk:
                raise Closed
            self._arrived += chunk
        read = bytes(self._arrived[:size])
        del self._arrived[:size]
        return read


def joined(parts: Sequence[bytes]) -> bytes:
    """Payloads as one, which `parted` takes apart.

    Examples
    --------
    >>> list(parted(joined([b"one", b"", b"two"])))
    [b'one', b'', b'two']
    """
    return b"".join([SIZE.pack(len(part)) + part for part in parts])


def parted(payload: bytes) -> Iterator[bytes]:
    """The payloads in one that `joined` made."""
    start = 0
    while start < len(payload):
        (size,) = SIZE.unpack_from(payload, start)
        start += SIZE.size
        yield payload[start : start + size]
        start += size


def _wait(readable: list[int], writable: list[int], left: Left) -> None:
    while True:
        seconds = left()
        # Whoever writes a byte at a time is always about to send the next one. Past the grace what
        # is there already is taken, and nothing is waited for.
        wait = max(seconds, 0.0) + TICK if seconds > -GRACE else 0.0
        if any(select.select(readable, writable, [], wait)[:2]):
            return
        if seconds <= 0:
            raise TimeoutError
