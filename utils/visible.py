"""Checks of an edition that was handed out while its chapter is open: the docstring's examples.

Such an edition has no solution of the chapter. ``course release`` writes the examples, which stand
in the statements, to ``solutions/<topic>/visible.json``; all else is marked after handing in.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

from utils import calls, plain
from utils.calls import Outcome
from utils.exercise import ROOT, explain

FILE = "visible.json"


@dataclass(frozen=True)
class Visible:
    """An exercise of an open chapter: its name, and examples as plain data in text.

    ``tolerance`` is relative: where answers may differ by more than rounding, it is large.
    """

    name: str
    examples: tuple[tuple[str, str], ...]
    tolerance: float = 1e-6
    seconds: float = 3.0


@dataclass(frozen=True)
class VisibleCard:
    """What a visible check found; never more than the statement says."""

    name: str
    lines: tuple[str, ...]
    passed: bool

    def __repr__(self) -> str:
        return "\n".join([self.name, *(f"  {line}" for line in self.lines)])

    def _repr_html_(self) -> str:
        colour = "#1a7f37" if self.passed else "#b3261e"
        lines = "".join(f"<div>{escape(line)}</div>" for line in self.lines)
        return (
            "<div role='status' style='border:1px solid rgba(128,128,128,.5);border-left:6px solid "
            f"{colour};border-radius:6px;padding:.7em 1em;max-width:52em;line-height:1.5;"
            f"color:inherit'><b>{escape(self.name)}</b>{lines}</div>"
        )


def find(name: str) -> Visible | None:
    """The exercise of an open chapter that bears a name, if one does."""
    for path in sorted((ROOT / "solutions").glob(f"*/{FILE}")):
        for entry in json.loads(path.read_text("utf-8")):
            if entry["name"] == name:
                examples = tuple((args, value) for args, value in entry["examples"])
                return Visible(name, examples, entry["tolerance"], entry["seconds"])
    return None


def check(answer: Callable[..., Any], task: Visible) -> VisibleCard | None:
    """Whether the examples in the docstring come out as written; None for an untouched stub."""
    inputs = [plain.loads(args.encode()) for args, _ in task.examples]
    outcomes = calls.collect(answer, inputs, seconds=task.seconds) if inputs else []
    if outcomes and all(o.failure and o.failure.kind == "NotImplementedError" for o in outcomes):
        return None
    lines = [
        line
        for args, outcome, (_, expected) in zip(inputs, outcomes, task.examples, strict=True)
        if (line := _difference(task, args, outcome, plain.loads(expected.encode())))
    ]
    if lines:
        return VisibleCard(task.name, tuple(lines), False)
    if not inputs:
        said = "There is no visible check: this is marked after you hand in."
        return VisibleCard(task.name, (said,), True)
    return VisibleCard(
        task.name, ("All visible checks passed.", "More is tried after you hand in."), True
    )


def _difference(task: Visible, args: Any, outcome: Outcome, expected: Any) -> str:
    call = f"{task.name}({', '.join(plain.describe(arg, 120) for arg in args)})"
    if outcome.failure:
        return f"{call}: {explain(outcome.failure)}"
    if plain.close(expected, outcome.value, task.tolerance):
        return ""
    return f"{call}: expected {plain.describe(expected)}, got {plain.describe(outcome.value)}"
