"""What a class got wrong, in groups: by known mistake, by described difference, by equal behaviour.

A group of equal behaviour is learners whose answers did the same wrong things on every call, and
whose mistake has no name yet. `utils.grading.naming` makes a misconception of such a group.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from utils import catalogue, files, pages
from utils.exercises import diagnosis
from utils.exercises.diagnosis import DIFFERENCE, MISCONCEPTION
from utils.grading.marking import Row
from utils.translation import of, translated

BEHAVIOUR = "behaviour"
FILE = "mistakes.json"
# One learner alone is no group.
FEWEST = 2
# So many names of differences make a title.
MOST_NAMES = 2

Groups = defaultdict[tuple[str, tuple[str, ...]], list[Row]]


@dataclass(frozen=True)
class Mistake:
    """Learners who went wrong in the same way.

    Attributes
    ----------
    kind : {"misconception", "difference", "behaviour"}
        How it is known that it is the same way.
    key : str
        By which a person calls it: the exercise and a few letters.
    title, text : str
        What it is, in a few words; what a learner is told.
    rows : tuple of Row
        The answers, the shortest first.
    can_be_named : bool
        Whether all of them do the same on every call, and no misconception says what.
    """

    kind: str
    key: str
    topic: str
    exercise: str
    title: str
    text: str
    rows: tuple[Row, ...]
    can_be_named: bool = False

    @property
    def learners(self) -> list[str]:
        """Who went wrong in this way."""
        return sorted(row.learner for row in self.rows)

    @property
    def example(self) -> Row:
        """The shortest answer: the one to show."""
        return self.rows[0]


def find(rows: Sequence[Row]) -> list[Mistake]:
    """Every mistake of a class, the commonest first.

    A misconception may have a single learner. What has no name needs two: nothing is known of one
    alone but the answer itself. A group of equal behaviour that a difference describes whole is
    listed once, as the difference.
    """
    wrong = [row for row in rows if row.counts and row.diagnosis]
    named: Groups = defaultdict(list)
    described: Groups = defaultdict(list)
    equal: Groups = defaultdict(list)
    for row in wrong:
        # Who makes two mistakes at once counts for both.
        for name in row.said if row.diagnosis == MISCONCEPTION else ():
            named[row.exercise, (name,)].append(row)
        if row.diagnosis == DIFFERENCE:
            described[row.exercise, row.said].append(row)
        if row.behaviour and not row.misconception:
            equal[row.exercise, (row.behaviour,)].append(row)
    found = [_mistake(MISCONCEPTION, rows, name) for (_, name), rows in named.items()]
    whole = {_who(rows) for rows in equal.values()}
    found += [
        _mistake(DIFFERENCE, rows, names, can_be_named=_who(rows) in whole)
        for (_, names), rows in described.items()
        if len(rows) >= FEWEST
    ]
    seen = {_who(rows) for rows in described.values()}
    found += [
        _mistake(BEHAVIOUR, rows, word, can_be_named=True)
        for (_, word), rows in equal.items()
        if len(rows) >= FEWEST and _who(rows) not in seen
    ]
    return sorted(found, key=lambda each: (-len(each.rows), each.exercise, each.key))


def _who(rows: Sequence[Row]) -> tuple[str, frozenset[str]]:
    return rows[0].exercise, frozenset(row.learner for row in rows)


def _mistake(
    kind: str, rows: Sequence[Row], names: Sequence[str], can_be_named: bool = False
) -> Mistake:
    ordered = sorted(rows, key=lambda row: (len(row.code), row.learner))
    first = ordered[0]
    digest = hashlib.sha256("\0".join([kind, first.exercise, *names]).encode()).hexdigest()
    said = [of(first.topic, "name", pages.words(name)) for name in names[:MOST_NAMES]]
    more = len(names) - len(said)
    title = translated(" and ").join(said)
    title += translated(", and {n} more", n=more) if more else ""
    text = first.message
    if kind == MISCONCEPTION:
        text = "\n\n".join(filter(None, (explanation(first.exercise, n) for n in names))) or text
    elif kind == BEHAVIOUR:
        title = translated("the same wrong values, which have no name yet")
    return Mistake(
        kind,
        f"{first.exercise}-{digest[:6]}",
        first.topic,
        first.exercise,
        title,
        text,
        tuple(ordered),
        can_be_named,
    )


def explanation(exercise: str, misconception: str) -> str:
    """What a learner is told of a misconception; nothing where it is not known."""
    topic = catalogue.topic_of(exercise)
    known = catalogue.load(topic)[exercise].misconceptions if topic else ()
    found = next((each for each in known if each.__name__ == misconception), None)
    return diagnosis.explanation(found) if found else ""


# ---- kept for `course name-mistake` -------------------------------------------------------------


@dataclass(frozen=True)
class Unnamed:
    """A group that can be given a name, with the code of its example."""

    key: str
    topic: str
    exercise: str
    learners: int
    source: str


def save(mistakes: Sequence[Mistake], out: Path) -> None:
    """Write down the groups that have no name yet."""
    unnamed = [
        Unnamed(each.key, each.topic, each.exercise, len(each.rows), each.example.source)
        for each in mistakes
        if each.can_be_named
    ]
    files.replace(out / FILE, json.dumps([asdict(each) for each in unnamed], indent=1))


def saved(out: Path) -> list[Unnamed]:
    """The groups of a report that have no name yet.

    Raises
    ------
    OSError, ValueError
        When there is no such report, or its file is damaged.
    """
    try:
        return [Unnamed(**each) for each in json.loads((out / FILE).read_text("utf-8"))]
    except TypeError as error:
        raise ValueError(str(error)) from None
