"""HTML from templates: whatever is put in is escaped, and colours are named once."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Any

from utils.translation import translated

if TYPE_CHECKING:
    from jinja2 import Environment

# White on these has a contrast of at least 4.5:1, whatever the page behind them looks like.
PALETTE = {"good": "#1a7f37", "bad": "#b3261e", "neutral": "#57606a", "bar": "#0072b2"}


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
    environment.filters["words"] = words
    return environment


def _visible(value: object) -> object:
    """Text without what a page cannot hold."""
    if not isinstance(value, str) or value.isprintable():
        return value
    return type(value)("".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in value))


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
