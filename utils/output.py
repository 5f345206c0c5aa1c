"""Text in a terminal or a pipe of any encoding: nothing is hidden, and nothing is an error."""

from __future__ import annotations

import codecs
import errno
import io
import itertools
import os
import sys
from collections.abc import Callable
from typing import TextIO
from unicodedata import east_asian_width

# What is written where an encoding lacks a character.
_INSTEAD = {
    "█": "#", "░": ".", "·": "-", "•": "*", "–": "-", "—": "-", "−": "-", "‘": "'", "’": "'",
    "“": '"', "”": '"', "…": "...", "×": "x", "≈": "~", "≤": "<=", "≥": ">=", "≠": "!=", "→": "->",
    "±": "+-", "√": "sqrt", "∞": "inf", "½": "1/2", "²": "^2", "³": "^3", "✓": "v", "✗": "x",
    "ε": "epsilon", "λ": "lambda", "θ": "theta", "δ": "delta", "γ": "gamma", "σ": "sigma",
    "μ": "mu", "π": "pi", "β": "beta", "α": "alpha", "ρ": "rho", "τ": "tau", "χ": "chi",
    "₀": "_0", "₁": "_1", "₂": "_2", "ö": "oe", "ü": "ue", "ä": "ae", "é": "e", "°": " degrees",
    "─": "-", "│": "|", "╭": "+", "╮": "+", "╰": "+", "╯": "+", "，": ", ", "。": ". ", "？": "? ",
    "：": ": ", "；": "; ", "（": " (", "）": ") ", "、": ", ",
}  # fmt: skip
_HANDLER = "course"
_WINDOWS = os.name == "nt"
# What a shell calls an end by Ctrl-C.
STOPPED = 130


def _spell(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(_INSTEAD.get(letter, "?") for letter in lacking), error.end


codecs.register_error(_HANDLER, _spell)


def prepare() -> None:
    """Let standard output and error spell out what their encoding lacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def has(text: str, stream: TextIO | None = None) -> bool:
    """Whether the encoding of a stream, standard output by default, has all of a text."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def cells(text: str) -> int:
    """How many columns of a terminal a text takes: a Chinese character takes two.

    Examples
    --------
    >>> cells("AUC"), cells("留存")
    (3, 4)
    """
    return sum(1 + (east_asian_width(each) in "WF") for each in text)


# Never at the start of a line, and never at its end.
_CLOSING, _OPENING = set("，。？！：；、）》”’…%,.?!:;)"), set("（《“‘(")


def lines(text: str, width: int) -> list[str]:
    """A line broken to fit: after a space, and between Chinese characters.

    Parameters
    ----------
    width : int
        In columns of a terminal; 2 at least.

    Examples
    --------
    >>> lines("留存率怎么算？", 8)
    ['留存率怎', '么算？']
    >>> lines("怎么算留存？", 10)
    ['怎么算留', '存？']
    """
    starts = [0]
    used, last = 0, 0
    for i, letter in enumerate(text):
        wide = cells(letter)
        if i > starts[-1] and _may_break(text[i - 1], letter):
            last = i
        if used + wide > width and letter != " ":
            starts.append(last if last > starts[-1] else i)
            used = cells(text[starts[-1] : i])
        used += wide
    return [text[begin:end].rstrip() for begin, end in itertools.pairwise([*starts, len(text)])]


def _may_break(before: str, after: str) -> bool:
    if before == " " or after == " ":
        return before == " "
    between = cells(before) == 2 or cells(after) == 2
    return between and after not in _CLOSING and before not in _OPENING


def bar(reached: float, of: float, width: int = 20, stream: TextIO | None = None) -> str:
    """A bar of ``width`` characters that a stream can show; full only when all is reached.

    Examples
    --------
    >>> bar(5, 10, 4, io.TextIOWrapper(io.BytesIO(), "ascii"))
    '##..'
    """
    full, empty = ("█", "░") if has("█░", stream) else ("#", ".")
    filled = int(width * reached / of) if of else 0
    return full * filled + empty * (width - filled)


def until_closed(run: Callable[[], int]) -> int:
    """What ``run`` returns; where the reader of a pipe has gone, the end without a word."""
    try:
        code = run()
        sys.stdout.flush()
        return code
    except OSError as error:
        # Windows has no word of its own for a closed pipe; of a wrong file it gives the name.
        closed = _WINDOWS and error.errno == errno.EINVAL and error.filename is None
        if not closed and not isinstance(error, BrokenPipeError):
            raise
        # Python flushes once more when it ends, which must not fail.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print()
        return STOPPED
