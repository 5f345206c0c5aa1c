"""What a class's marks say: what was hard, what was confused, which answers are alike."""

from __future__ import annotations

import io
import keyword
import tokenize
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from utils.grading.marking import Row

NOT_TRIED = {"not written", "not found", "no submission"}
# Sequences of this many tokens are compared: long enough that idioms alone do not make two alike.
SHINGLE = 5
FEWEST_TOKENS = 30


@dataclass(frozen=True)
class Item:
    """How one exercise did in a class."""

    topic: str
    exercise: str
    learners: int
    tried: int
    passed: int
    difficulty: float
    discrimination: float


def items(rows: Sequence[Row]) -> list[Item]:
    """A row an exercise.

    Difficulty is the mean share of the points that was earned, over everybody: lower is harder.
    Discrimination is the correlation, over learners, of that share with the share earned in all
    other exercises; NaN with fewer than three learners, or where everybody did the same.
    """
    by_exercise = defaultdict(list)
    for row in rows:
        by_exercise[row.topic, row.exercise].append(row)
    total: dict[str, float] = defaultdict(float)
    possible: dict[str, float] = defaultdict(float)
    for row in rows:
        total[row.learner] += row.points
        possible[row.learner] += row.max_points
    found = []
    for (topic, name), group in by_exercise.items():
        mine = [row.points / row.max_points for row in group]
        rest = [
            (total[r.learner] - r.points) / (possible[r.learner] - r.max_points)
            if possible[r.learner] > r.max_points
            else float("nan")
            for r in group
        ]
        found.append(
            Item(
                topic,
                name,
                len(group),
                sum(row.status not in NOT_TRIED for row in group),
                sum(row.status == "passed" for row in group),
                float(np.mean(mine)),
                _correlation(mine, rest),
            )
        )
    return found


def _correlation(a: Sequence[float], b: Sequence[float]) -> float:
    x, y = np.asarray(a), np.asarray(b)
    if len(x) < 3 or not np.isfinite(y).all() or np.ptp(x) == 0 or np.ptp(y) == 0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def misconceptions(rows: Sequence[Row]) -> list[tuple[str, str, list[str]]]:
    """Exercise, misconception and who holds it, the commonest first."""
    held: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in rows:
        if row.misconception:
            held[row.exercise, row.misconception].append(row.learner)
    ranked = sorted(held.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    return [(exercise, name, sorted(who)) for (exercise, name), who in ranked]


def failed_properties(rows: Sequence[Row]) -> list[tuple[str, str, int]]:
    """Exercise, property and how many failed it without a known misconception, the most first."""
    count = Counter(
        (row.exercise, name)
        for row in rows
        if not row.misconception and row.status not in NOT_TRIED
        for name in row.failed_properties
    )
    ranked = sorted(count.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(exercise, name, n) for (exercise, name), n in ranked]


# ---- similar answers ------------------------------------------------------------------------


@dataclass(frozen=True)
class Pair:
    """Two learners whose answers are alike, and how unusual that is in this class."""

    first: str
    second: str
    similarity: float
    exercises: int


def tokens(code: str) -> list[str]:
    r"""The tokens of an answer; names are one kind of token, so that renaming changes nothing.

    Comments, docstrings and layout are left out. Names that many would choose are no evidence, and
    neither is a changed one: what counts is the order of keywords, operators, calls and attributes.

    Examples
    --------
    >>> tokens("def f(x):  # double\n    return 2 * x")
    ['def', 'n', '(', 'n', ')', ':', 'return', '2', '*', 'n']
    """
    found: list[str] = []
    after_dot = False
    fresh_line = True
    try:
        for token in tokenize.generate_tokens(io.StringIO(code).readline):
            text = token.string
            if token.type == tokenize.NAME:
                # An attribute says which tool was used; any other name is the writer's choice.
                found.append(text if keyword.iskeyword(text) or after_dot else "n")
            elif token.type in (tokenize.OP, tokenize.NUMBER):
                found.append(text)
            elif token.type == tokenize.STRING and not fresh_line:
                found.append("s")
            if token.type not in (tokenize.COMMENT, tokenize.NL):
                fresh_line = token.type in (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
            after_dot = text == "."
    except (tokenize.TokenError, SyntaxError, RecursionError):
        pass
    return found


def similar(rows: Sequence[Row], most: int = 20) -> tuple[list[Pair], float, float]:
    """The most similar pairs, and the class's own baseline: median and threshold of all pairs.

    The similarity of two learners is the mean, over the exercises that both answered at some
    length, of the share of token sequences that their answers have in common (Jaccard). A pair is
    listed when it lies far above the class: over the upper quartile by three interquartile ranges.
    """
    shingles: dict[str, dict[str, frozenset]] = defaultdict(dict)
    for row in rows:
        if row.status in NOT_TRIED:
            continue
        words = tokens(row.code)
        if len(words) >= FEWEST_TOKENS:
            parts = (tuple(words[i : i + SHINGLE]) for i in range(len(words) - SHINGLE + 1))
            shingles[row.learner][row.exercise] = frozenset(parts)
    pairs = _pairs(shingles)
    if len(pairs) < 3:
        return [], float("nan"), float("nan")
    values = np.array([pair.similarity for pair in pairs])
    low, median, high = np.quantile(values, [0.25, 0.5, 0.75])
    threshold = float(high + 3 * max(high - low, 0.02))
    unusual = [pair for pair in pairs if pair.similarity > threshold]
    unusual.sort(key=lambda pair: (-pair.similarity, pair.first, pair.second))
    return unusual[:most], float(median), threshold


def _pairs(shingles: Mapping[str, Mapping[str, frozenset]]) -> list[Pair]:
    learners = sorted(shingles)
    pairs = []
    for i, first in enumerate(learners):
        for second in learners[i + 1 :]:
            both = shingles[first].keys() & shingles[second].keys()
            if not both:
                continue
            likeness = [_jaccard(shingles[first][e], shingles[second][e]) for e in both]
            pairs.append(Pair(first, second, float(np.mean(sorted(likeness))), len(both)))
    return pairs


def _jaccard(a: frozenset, b: frozenset) -> float:
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)
