"""What interviews so far say: the trend by row of the rubric, what is weak, what to do next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from utils import catalogue, output, progress
from utils.interview import bank, cards, review, scores, session
from utils.interview.bank import AXES
from utils.interview.record import Interview
from utils.translation import message, translated

# An interview says something when this many of its parts were scored.
LEAST_PARTS = 2
SHORT = {
    "correctness": message("correct"),
    "edge_cases": message("edges"),
    "evaluation": message("evaluate"),
    "communication": message("tell"),
}


def shares(held: Interview) -> dict[str, float]:
    """The share of points on each row of the rubric that was asked."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for number, result in held.results.items():
        table = scores.by_axis(session.rubric(held.plan.parts[number]), result)
        for axis, (got, of) in table.items():
            sums[axis][0] += got
            sums[axis][1] += of
    return {axis: sums[axis][0] / sums[axis][1] for axis in AXES if sums[axis][1]}


def lost(interviews: Sequence[Interview]) -> dict[str, float]:
    """By topic, the share of points that was lost in all interviews."""
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for held in interviews:
        for number, result in held.results.items():
            part = held.plan.parts[number]
            for got, of in scores.by_axis(session.rubric(part), result).values():
                sums[session.topic_of(part)][0] += of - got
                sums[session.topic_of(part)][1] += of
    return {topic: gone / of for topic, (gone, of) in sums.items() if of}


def summary(folder: Path) -> str:
    """The trend by row of the rubric, what is weak, and the three things to do next."""
    interviews = [
        each
        for each in Interview.read(folder / "interviews.jsonl")
        if len(each.results) >= LEAST_PARTS
    ]
    return "\n".join([*_trend(interviews), *_next(folder, interviews)])


def _trend(interviews: Sequence[Interview]) -> Iterator[str]:
    if not interviews:
        return
    yield ""
    yield translated("Interviews, share of points by row of the rubric in %:")
    yield f"{'':<18}" + "".join(_right(translated(SHORT[axis])) for axis in AXES)
    found = [shares(each) for each in interviews]
    for held, row in list(zip(interviews, found, strict=True))[-8:]:
        yield f"{held.name[:10]} {_left(translated(held.plan.level), 7)}" + "".join(
            _cell(row, a) for a in AXES
        )
        if held.plan.topic:
            yield f"  {bank.title(held.plan.topic)}"
    if len(found) > 1:
        half = len(found) // 2
        yield _left(translated("change"), 18) + "".join(
            f"{100 * (_mean(found[half:], a) - _mean(found[:half], a)):>+10.0f}" for a in AXES
        )
    weakest = min(AXES, key=lambda axis: _mean(found[-3:], axis))
    share = _mean(found[-3:], weakest)
    yield translated(
        "Weak: {axis} {bar} {share} in the last {n}",
        axis=translated(AXES[weakest]),
        bar=output.bar(share, 1, 10),
        share=f"{share:.0%}",
        n=min(3, len(found)),
    )
    topics = sorted(lost(interviews).items(), key=lambda pair: -pair[1])[:2]
    if topics and topics[0][1] > 0:
        yield translated("Topics: ") + ", ".join(
            f"{bank.title(topic)} {1 - share:.0%}" for topic, share in topics
        )


def _left(text: str, width: int) -> str:
    return text + " " * (width - output.cells(text))


def _right(text: str, width: int = 10) -> str:
    return " " * (width - output.cells(text)) + text


def _cell(row: dict[str, float], axis: str) -> str:
    return f"{100 * row[axis]:>10.0f}" if axis in row else f"{'-':>10}"


def _mean(rows: Sequence[dict[str, float]], axis: str) -> float:
    values = [row[axis] for row in rows if axis in row]
    return sum(values) / len(values) if values else 1.0


def _next(folder: Path, interviews: Sequence[Interview]) -> Iterator[str]:
    """Three things to do: an exercise, the cards that are due, an interview."""
    checks = progress.events(folder / "progress.jsonl")
    deck = cards.cards()
    reviews = review.read(folder / "reviews.jsonl")
    gone = lost(interviews)
    weak = review.weakness(deck, reviews, checks, gone)
    n_due = len(review.due(review.ordered(deck, None, weak), reviews, checks, datetime.now(UTC)))
    topic = max(gone, key=lambda name: gone[name], default=None)
    level = interviews[-1].plan.level if interviews else "junior"
    yield ""
    yield translated("Next:")
    yield f"1. {_exercise(checks, weak)}"
    if n_due == 1:
        yield translated("2. course review: 1 card today")
    else:
        yield translated("2. course review: {n} cards today", n=n_due)
    yield f"3. course interview --level {level}" + (f" --topic {topic}" if topic else "")


def _exercise(checks: Sequence[progress.Event], weak: dict[str, float]) -> str:
    """What was tried last and not passed; else the first open exercise of the weakest topic."""
    best = progress.best(checks)
    for event in reversed(checks):
        if event.topic in catalogue.topics():
            task = catalogue.load(event.topic).get(event.exercise)
            if task and best[event.topic, event.exercise] < task.points:
                return translated("try {what} again", what=bank.where(event.topic, event.exercise))
    for topic in sorted(catalogue.topics(), key=lambda name: -weak.get(name, 0.0)):
        for name, task in catalogue.load(topic).items():
            if best.get((topic, name), 0.0) < task.points:
                return translated("write {what}", what=bank.where(topic, name))
    return translated("every exercise is passed: explain one aloud")
