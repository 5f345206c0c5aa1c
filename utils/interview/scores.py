"""What a candidate did, in points, and the scorecard."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from utils import progress
from utils.exercises import Mark
from utils.interview import bank
from utils.interview.bank import AXES, NotPossible, Point
from utils.interview.session import Content, Part, Plan, content
from utils.translation import language, message, of, translated

# What the check gave for code: the share of points for the ordinary case, that for the edge cases,
# and the misconception if it named one.
Marked = tuple[float, float, str | None]

# The mark of the code counts this much on each of the two axes that it speaks for.
CODE_POINTS = 3


@dataclass(frozen=True)
class Result:
    """What a candidate did in one part.

    ``scores`` has a number from 0 to 1 for each point of the rubric, ``flags`` whether each red
    flag was raised. ``marked`` is what the check gave for code.
    """

    scores: tuple[float, ...]
    flags: tuple[bool, ...] = ()
    note: str = ""
    seconds: float | None = None
    marked: Marked | None = None


def marked(mark: Mark | None) -> Marked:
    """The shares of a mark for correctness and for edge cases; nothing for no answer."""
    if mark is None or not mark.started or not mark.criteria:
        return 0.0, 0.0, None
    ordinary = mark.criteria[0].share if mark.points else 0.0
    rest = mark.criteria[1:]
    edges = sum(v.share for v in rest) / len(rest) if rest and mark.points else ordinary
    return ordinary, edges, mark.misconception


def by_axis(rubric: Sequence[Point], result: Result | None) -> dict[str, tuple[float, float]]:
    """Points reached and points possible on each axis of one part."""
    scores = result.scores if result else ()
    sums = {axis: [0.0, 0.0] for axis in AXES}
    for i, point in enumerate(rubric):
        sums[point.axis][0] += scores[i] if i < len(scores) else 0.0
        sums[point.axis][1] += 1
    if result and result.marked:
        ordinary, edges, _ = result.marked
        for axis, share in (("correctness", ordinary), ("edge_cases", edges)):
            sums[axis][0] += CODE_POINTS * share
            sums[axis][1] += CODE_POINTS
    return {axis: (got, of) for axis, (got, of) in sums.items()}


def scorecard(plan: Plan, results: dict[int, Result], when: str = "") -> str:
    """The scorecard in Markdown: points by axis and by part, what was missed, what to practise.

    Parameters
    ----------
    results : dict of int to Result
        By the number of the part, counted from 0; a part without a result was not reached.
    when : str
        A date for the heading; none by default, so that the text depends on nothing else.
    """
    contents = {i: content(plan.parts[i], plan.level) for i in results}
    tables = {i: by_axis(contents[i].rubric, results[i]) for i in sorted(results)}
    lines = [f"# {plan.title}", "", *([when, ""] if when else [])]
    lines += [translated("| axis | points | of | |"), "|---|---|---|---|"]
    for axis, words in AXES.items():
        got, of = (sum(table[axis][k] for table in tables.values()) for k in (0, 1))
        lines.append(
            f"| {translated(words)} | {got:.3g} | {of:.3g} | {progress.bar(got, of, 10)} |"
        )
    lines += ["", translated("| part | asked | points | of | time |"), "|---|---|---|---|---|"]
    for i, part in enumerate(plan.parts):
        lines.append(_row(part, tables.get(i), results.get(i)))
    lines += _missed(plan, contents, results)
    lines += _practise(plan, contents, tables, results)
    return "\n".join(lines) + "\n"


def _row(part: Part, table: dict[str, tuple[float, float]] | None, result: Result | None) -> str:
    asked = part.key.split("/")[1] if "/" in part.key else part.key
    asked = asked.replace("_", " ") if part.kind in ("decision", "spoken") else f"`{asked}`"
    if table is None or result is None:
        return " ".join(["|", part.title, "|", asked, "|", translated("not reached"), "| | |"])
    got, of = (sum(pair[k] for pair in table.values()) for k in (0, 1))
    spent = {"n": f"{(result.seconds or 0) / 60:.0f}", "total": f"{part.minutes:.0f}"}
    time = translated("{n} of {total} min", **spent) if result.seconds else ""
    return f"| {part.title} | {asked} | {got:.3g} | {of:.3g} | {time} |"


def _missed(plan: Plan, contents: dict[int, Content], results: dict[int, Result]) -> list[str]:
    lines: list[str] = []
    for i, result in sorted(results.items()):
        rubric, flags = contents[i].rubric, contents[i].red_flags
        scores = [*result.scores, *[0.0] * (len(rubric) - len(result.scores))]
        pairs = list(zip(rubric, scores, strict=False))
        missed = [
            translated(message("half: {text}") if s else message("missed: {text}"), text=p.text)
            for p, s in pairs
            if s < 1
        ]
        raised = [text for text, flag in zip(flags, result.flags, strict=False) if flag]
        if missed or raised or result.note:
            lines += ["", _asked(plan.parts[i], contents[i]), ""]
            lines += [f"- {text}" for text in missed]
            lines += ["- " + translated("red flag: {text}", text=text) for text in raised]
            lines += (
                ["- " + translated("your note: {text}", text=result.note)] if result.note else []
            )
    return ["", translated("## What was missed"), *lines] if lines else []


def _asked(part: Part, found: Content) -> str:
    """What a part asked, after its title."""
    head = part.title + translated(".")
    return f"**{head}** {found.en if language() == 'en' else found.zh}"


def _practise(
    plan: Plan,
    contents: dict[int, Content],
    tables: dict[int, dict[str, tuple[float, float]]],
    results: dict[int, Result],
) -> list[str]:
    """The exercises to do next, the weakest part first."""

    def share(i: int) -> float:
        got, of = (sum(pair[k] for pair in tables[i].values()) for k in (0, 1))
        return got / of - any(results[i].flags)

    weak = [i for i in sorted(tables, key=share) if share(i) < 1]
    lines: dict[str, None] = {}
    for i in weak:
        mark = results[i].marked
        misconception = mark[2] if mark else None
        why = ""
        if misconception:
            topic = contents[i].practise[0]
            name = of(topic, "name", misconception.replace("_", " "))
            why = translated(": the check named {name}", name=name)
        lines[f"1. {bank.where(*contents[i].practise)}{why}"] = None
    unreached = len(plan.parts) - len(results)
    if unreached:
        said = message("1. Time: {n} of {total} parts were not reached.")
        lines[translated(said, n=unreached, total=len(plan.parts))] = None
    if not lines:
        lines[translated("Nothing was missed: try the next level.")] = None
    return ["", translated("## What to practise next"), "", *lines]


# ---- scoring oneself ------------------------------------------------------------------------

LETTERS = {"y": 1.0, "h": 0.5, "n": 0.0}


def as_scores(letters: str, n: int) -> tuple[float, ...]:
    """The numbers that letters stand for; nothing at all is no for each.

    Raises
    ------
    NotPossible
        When there is not one letter a point, or another letter than y, h and n.

    Examples
    --------
    >>> as_scores("y h n", 3)
    (1.0, 0.5, 0.0)
    """
    found = letters.lower().split() if " " in letters.strip() else list(letters.lower().strip())
    if not found:
        return (0.0,) * n
    if len(found) != n or set(found) - LETTERS.keys():
        said = message(
            "{letters} does not score {n} points: write {n} letters, each of them y, h or n."
        )
        raise NotPossible(translated(said, letters=repr(letters), n=n))
    return tuple(LETTERS[letter] for letter in found)
