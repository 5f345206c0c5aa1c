"""What a source imports."""

from __future__ import annotations

import ast
import functools
from collections.abc import Iterator


@functools.cache
def imported(code: str) -> tuple[str, ...]:
    r"""The dotted names that a source imports: modules, and what in one may be a module itself.

    Examples
    --------
    >>> imported("import utils.data\nfrom utils import check")
    ('utils.data', 'utils', 'utils.check')
    """
    found: list[str] = []
    for node in _statements(ast.parse(code)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return tuple(found)


def _statements(node: ast.AST) -> Iterator[ast.stmt]:
    """Every statement below a node. Expressions, which are most of a tree, are not looked into."""
    for name in ("body", "orelse", "finalbody", "handlers", "cases"):
        for each in getattr(node, name, ()):
            if isinstance(each, ast.stmt):
                yield each
            yield from _statements(each)


def within(code: str, *packages: str) -> list[str]:
    """Those of the names that a source imports which are packages, or lie in one."""
    return [name for name in imported(code) if name.partition(".")[0] in packages]
