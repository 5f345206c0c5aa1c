"""HTML from templates: whatever is put in is escaped, and colours are named once."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.translation import translated

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

# White on these has a contrast of at least 4.5:1, whatever the page behind them looks like.
PALETTE = {"good": "#1a7f37", "bad": "#b3261e", "neutral": "#57606a", "bar": "#0072b2"}
# What is behind and around them, by day and by night; text on each has at least 4.5:1.
THEMES = {
    "light": {
        "page": "#ffffff",
        "card": "#f6f8fa",
        "line": "#d0d7de",
        "text": "#1f2328",
        "quiet": "#57606a",
        "link": "#0550ae",
        "good-text": "#1a7f37",
        "bad-text": "#b3261e",
        "shade": "0, 114, 178",
        "fault": "179, 38, 30",
    },
    "dark": {
        "page": "#0d1117",
        "card": "#161b22",
        "line": "#3d444d",
        "text": "#e6edf3",
        "quiet": "#9ea7b3",
        "link": "#79b8ff",
        "good-text": "#56d364",
        "bad-text": "#ff8a80",
        "shade": "56, 139, 213",
        "fault": "229, 83, 75",
    },
}
# What lays text out or joins signs, and is no letter.
LAID_OUT = "\n\t\r\u200c\u200d"


@functools.cache
def _environment() -> Environment:
    # Imported when the first page is written: a notebook's first cell should not wait for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_visible,
    )
    environment.globals["palette"] = PALETTE
    environment.globals["_"] = translated
    environment.globals["themes"] = THEMES
    environment.filters["words"] = words
    environment.filters["code_spans"] = code_spans
    environment.filters["called"] = called
    environment.filters["without_statement"] = without_statement
    return environment


def _visible(value: object) -> object:
    """Text without what a page cannot hold, or what hides how it reads."""
    if not isinstance(value, str) or str(value).translate(_SHOWN).isprintable():
        return value
    return type(value)("".join(c if _is_shown(c) else "\ufffd" for c in value))


_SHOWN = str.maketrans("", "", f"{LAID_OUT}\u3000\u00a0")


def _is_shown(character: str) -> bool:
    # A Chinese paragraph begins with wide spaces, which to Python are not printable.
    space = unicodedata.category(character) == "Zs"
    return space or character in LAID_OUT or character.isprintable()


def prepare(*templates: str) -> None:
    """Read templates before the first page is written, where there is time for it."""
    for template in templates:
        _environment().get_template(template)


def render(template: str, **values: Any) -> str:
    """A page or a part of one.

    Parameters
    ----------
    template : str
        Its place below ``utils/``, as in ``check.html.jinja``.
    **values
        What the template names; anything else that it names is an error.
    """
    return _environment().get_template(template).render(**values)


def words(name: str) -> str:
    """A name as a reader sees it.

    Examples
    --------
    >>> words("dot_product")
    'dot product'
    """
    return name.replace("_", " ")


def plain(text: str) -> str:
    """A sentence as a terminal shows it: code between single backticks, as in Markdown.

    Examples
    --------
    >>> plain("``p`` of `q`")
    '`p` of `q`'
    """
    return text.replace("``", "`")


def code_spans(text: str) -> Markup:
    """A sentence in which code and words with stress stand out, and all else is as it is.

    Code stands between backticks, stress between asterisks.

    Examples
    --------
    >>> print(code_spans("``a * b < c * d`` and `*c`, *not* 2 * 3 * 4"))
    <code>a * b &lt; c * d</code> and <code>*c</code>, <em>not</em> 2 * 3 * 4
    """
    from markupsafe import Markup, escape

    said = str(escape(_visible(text)))
    return Markup(_SPANS.sub(_span, said))


_SPANS = re.compile(
    r"(?P<ticks>``|`)(?P<code>[^`]+)(?P=ticks)"
    # Of multiplied names and numbers none is stressed.
    r"|(?<![A-Za-z0-9_*.)\]])\*(?P<stress>[^\s*](?:[^*\n]*[^\s*])?)\*(?![A-Za-z0-9_*(])"
)


def _span(found: re.Match[str]) -> str:
    code, stress = found["code"], found["stress"]
    return f"<code>{code}</code>" if code else f"<em>{stress}</em>"


def without_statement(code: str) -> str:
    r"""The code of an answer without the docstring of its first function, which is the statement.

    It is found by its quotes: what a stranger wrote is not parsed here.

    Examples
    --------
    >>> print(without_statement("def f(x):\n    \'\'\'Twice x.\'\'\'\n    return 2 * x"))
    def f(x):
        return 2 * x
    """
    lines = code.split("\n")
    openings = (re.match(r"\s+[rR]?(\"\"\"|\'\'\')", line) for line in lines)
    at, begun = next(((i, m) for i, m in enumerate(openings) if m), (0, None))
    head = "\n".join(lines[:at]).rstrip()
    if not begun or not head.startswith(("def ", "@")) or not head.endswith(":"):
        return code
    for end, line in enumerate(lines[at:], at):
        said = line[begun.end() :] if end == at else line
        if begun[1] in said:
            alone = not said.partition(begun[1])[2].strip()
            return "\n".join([*lines[:at], *lines[end + 1 :]]) if alone else code
    return code


def called(key: str, names: Mapping[str, str]) -> str:
    """The name of whoever is known by a key, or the key."""
    return names.get(key, key)
