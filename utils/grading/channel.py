"""Frames over a byte stream: a kind of one byte, a length, a payload. Nothing is ever unpickled.

Both ends use it: the marker, which trusts nothing that arrives, and the child, which has `read` and
`write` left and no socket calls. So it is written with these two.
"""

from __future__ import annotations

import os
import select
import struct
import time
from collections.abc import Sequence

HEADER = struct.Struct(">cQ")
# What the marker sends, and what the child sends.
START, ARGS, VALUE, REFUSED = b"S", b"A", b"V", b"N"
READY, OUTCOME, ASK = b"R", b"O", b"Q"


class Closed(EOFError):
    """The other end is gone."""


class Forged(ValueError):
    """What arrived is no frame that the other end may send now."""


def send(descriptor: int, kind: bytes, payload: bytes, deadline: float | None = None) -> None:
    """Write one frame.

    Raises
    ------
    TimeoutError
        When the other end does not read it in time.
    Closed
        When the other end is gone.
    """
    view = memoryview(HEADER.pack(kind, len(payload)) + payload)
    while view:
        if deadline is not None:
            _wait([], [descriptor], deadline)
        try:
            view = view[os.write(descriptor, view[: 2**16] if deadline is not None else view) :]
        except (BrokenPipeError, ConnectionResetError):
            raise Closed from None


def receive(
    descriptor: int, kinds: Sequence[bytes], cap: int, deadline: float | None = None
) -> tuple[bytes, bytes]:
    """Read one frame: its kind and its payload.

    Raises
    ------
    TimeoutError, Closed
        When it does not arrive whole.
    Forged
        When its kind is not among ``kinds``, or it is longer than ``cap``.
    """
    kind, size = HEADER.unpack(_read(descriptor, HEADER.size, deadline))
    if kind not in kinds or size > cap:
        raise Forged("sent back something other than its result")
    return kind, _read(descriptor, size, deadline)


def _read(descriptor: int, size: int, deadline: float | None) -> bytes:
    chunks = bytearray()
    while len(chunks) < size:
        if deadline is not None:
            _wait([descriptor], [], deadline)
        try:
            chunk = os.read(descriptor, min(size - len(chunks), 2**20))
        except ConnectionResetError:
            raise Closed from None
        if not chunk:
            raise Closed
        chunks += chunk
    return bytes(chunks)


def _wait(readable: list[int], writable: list[int], deadline: float) -> None:
    left = max(0.0, deadline - time.monotonic())
    if not any(select.select(readable, writable, [], left)[:2]):
        raise TimeoutError
