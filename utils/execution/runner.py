"""Call an implementation in this process, and say what it did as plain data."""

from __future__ import annotations

import codecs
import contextlib
import copy
import functools
import io
import linecache
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from utils.execution import outcomes, plain
from utils.execution.outcomes import MAX_PRINTED, Failure, Outcome

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

Answer = Callable[..., Any]
# ``adapter(answer, *args)`` turns what is no plain data (a model, a generator) into plain data.
Adapter = Callable[..., Any]
Implementations = Mapping[str, Callable[..., Any]]

NONE: Implementations = MappingProxyType({})

# What stands in a failure and is not the answer's own; it is translated where it is shown.
NO_INPUT = "an answer cannot ask for input"
NO_TEXT = "an exception that cannot be shown"


class ImplementationFailed(Exception):
    """An implementation under test raised an exception: which one, and of what, is not told."""


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ours go on as ever, whatever a notebook was told to do about warnings and odd numbers."""
    with warnings.catch_warnings(action="ignore"), np.errstate(all="ignore"):
        yield


class Runner:
    """Calls an answer on plain data.

    Parameters
    ----------
    answer : callable
        Whatever it raises becomes a `Failure`.
    adapter : callable, optional
        ``adapter(answer, *args)`` is called instead of ``answer(*args)``.
    implementations : mapping of str to callable
        What stands behind each `plain.Implementation` among the arguments.
    """

    def __init__(
        self,
        answer: Answer,
        adapter: Adapter | None = None,
        implementations: Implementations = NONE,
    ) -> None:
        self.answer = answer
        self.adapter = adapter
        self.implementations = implementations

    def __call__(self, args: tuple[Any, ...]) -> Outcome:
        """What one call did."""
        return outcomes.from_bytes(self.packed(args))

    def packed(self, args: tuple[Any, ...]) -> bytes:
        """What one call did, as a message that holds nothing but plain data."""
        own = copy.deepcopy(args)
        return self._called(own, plain.to_bytes(own))

    def answered(self, sent: bytes) -> bytes:
        """As `packed`, on arguments that came as a message and are nobody else's."""
        return self._called(plain.from_bytes(sent), sent)

    def _called(self, own: tuple[Any, ...], before: bytes) -> bytes:
        call_args = [self._resolved(arg) for arg in own]
        printed = Printed()
        value, failure = b"null", None
        try:
            with (
                contextlib.redirect_stdout(printed),
                contextlib.redirect_stderr(printed),
                warnings.catch_warnings(action="ignore"),
            ):
                if self.adapter is None:
                    value = plain.to_bytes(self.answer(*call_args))
                else:
                    value = plain.to_bytes(self.adapter(self.answer, *call_args))
        except BaseException as error:
            failure = failure_of(error, self.answer)
        after = plain.to_bytes(own)
        # The same data may be written in two ways: text in a column of objects comes back as a
        # column of text.
        if after == before or after == plain.to_bytes(plain.from_bytes(before)):
            after = b""
        return outcomes.to_bytes(value, failure, after, printed.getvalue()[:MAX_PRINTED])

    def _resolved(self, arg: Any) -> Any:
        if not isinstance(arg, plain.Implementation):
            return arg
        behind = self.implementations[arg.key]

        def implementation(*args: Any, **kwargs: Any) -> Any:
            try:
                with undisturbed():
                    return behind(*args, **kwargs)
            except Exception:
                # Its class and its text may tell which of them it is.
                raise ImplementationFailed from None

        return implementation


def failure_of(error: BaseException, answer: Any = None) -> Failure:
    """An exception in words, with the last line of the answer's own on the way to it."""
    try:
        message = " ".join(str(error).split())[:300]
    except BaseException:
        # Python has no word for an exception whose text raises: its class has to do.
        message = NO_TEXT
    return Failure(type(error).__name__, message, _own_line(error, answer))


def _own_line(error: BaseException, answer: Any) -> str:
    code = getattr(answer, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    own = [f for f in frames if code is not None and f.filename == code.co_filename]
    if not own:
        return ""
    return shown_line(linecache.getline(own[-1].filename, own[-1].lineno or 0))


def shown_line(line: str) -> str:
    """A line of code as a failure says it."""
    return line.strip()[:120]


class Printed(io.StringIO):
    """Keeps the first characters that an answer prints, so that a flood costs no memory."""

    def write(self, text: str) -> int:
        """Take what fits."""
        if self.tell() < MAX_PRINTED:
            super().write(text[:MAX_PRINTED])
        return len(text)

    @functools.cached_property
    def buffer(self) -> Encoded:  # type: ignore[override]
        """Where bytes are written to, as in a terminal's stream."""
        return Encoded(self)


class Encoded(io.BufferedIOBase):
    """Takes text as bytes in UTF-8, and prints it: it counts as what is printed."""

    def __init__(self, printed: Printed) -> None:
        self.printed = printed
        # A character may be written in parts.
        self.decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def writable(self) -> bool:
        """Whether bytes can be written: they can."""
        return True

    def write(self, data: ReadableBuffer) -> int:
        """Take what may fit: a character has at most four bytes."""
        encoded = memoryview(data).cast("B")
        self.printed.write(self.decoder.decode(encoded[: 4 * MAX_PRINTED]))
        return len(encoded)


def no_input(prompt: object = "") -> str:
    """Stands in for `input` where nobody can answer."""
    raise EOFError(NO_INPUT)
