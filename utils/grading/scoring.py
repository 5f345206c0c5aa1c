"""Free text is scored by people: the pages and sheets they get, their scores, their agreement.

In ``REPORT/free_text`` lies a page a question, with the answers in random order and without names,
and a sheet with the same answers for who prefers a table. A page saves a sheet too. Every sheet in
that folder is read at the next ``course grade``: several markers are averaged, criterion by
criterion, and how far two of them agree is Cohen's kappa with quadratic weights (Cohen 1968,
"Weighted kappa"). No model scores anybody.
"""

from __future__ import annotations

import csv
import hashlib
import io
import itertools
import math
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from utils import catalogue, files
from utils.grading import free_text
from utils.grading.free_text import Question
from utils.grading.marking import Row
from utils.grading.policy import taken
from utils.grading.roster import CannotGrade
from utils.grading.status import Status
from utils.grading.submissions import Submission
from utils.translation import translated

FOLDER = "free_text"
FIXED = ("question", "answer")
SAID = ("comment", "marker")
# Scores are whole and half points.
STEP = 0.5


@dataclass(frozen=True)
class Score:
    """What one marker gave one answer, by criterion."""

    question: str
    answer: str
    marker: str
    points: Mapping[str, float]
    comment: str = ""

    @property
    def total(self) -> float:
        """The points of all criteria."""
        return sum(self.points.values())


@dataclass(frozen=True)
class Written:
    """One answer as a marker sees it: a number for a name."""

    code: str
    text: str


def code(seed: int, question: str, learner: str) -> str:
    """The number of an answer: the same at every run, and another one in the next question.

    Examples
    --------
    >>> code(1, "segmentation_case.memo", "mei") == code(1, "segmentation_case.memo", "mei")
    True
    """
    told = f"{seed}\0{question}\0{learner}"
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:8]


@dataclass(frozen=True)
class Collected:
    """What a class wrote: by learner and by question, and the seed that hides the names."""

    seed: int = 0
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def questions(self) -> list[Question]:
        """The questions that somebody answered."""
        answered = {key for texts in self.texts.values() for key in texts}
        known = (q for topic in catalogue.topics() for q in free_text.questions(topic).values())
        return [question for question in known if question.key in answered]

    def answers(self, question: Question) -> list[Written]:
        """The answers to a question in the order of their numbers, which is random."""
        found = [
            Written(code(self.seed, question.key, learner), texts[question.key])
            for learner, texts in self.texts.items()
            if question.key in texts
        ]
        return sorted(found, key=lambda each: each.code)


# ---- sheets -------------------------------------------------------------------------------------


def head(question: Question) -> list[str]:
    """The columns of a sheet."""
    return [*FIXED, *(each.name for each in question.criteria), *SAID]


def write_sheets(collected: Collected, out: Path) -> None:
    """A sheet a question to fill in. What somebody has begun to fill in is left as it is."""
    for question in collected.questions:
        path = out / FOLDER / f"{question.key}.csv"
        text = io.StringIO(newline="")
        empty = [""] * (len(question.criteria) + len(SAID))
        lines = [[question.key, each.code, *empty] for each in collected.answers(question)]
        csv.writer(text, lineterminator="\n").writerows([head(question), *lines])
        if not path.exists() or not list(_scores_in(path, {question.key: question})):
            files.replace(path, text.getvalue())


def read(collected: Collected, out: Path) -> list[Score]:
    """The scores in all sheets of a report.

    Raises
    ------
    CannotGrade
        When one cannot be read; the message names the file, the line and what is expected.
    """
    known = {question.key: question for question in collected.questions}
    numbers = {(key, each.code) for key, q in known.items() for each in collected.answers(q)}
    found: dict[tuple[str, str, str], Score] = {}
    for path in sorted((out / FOLDER).glob("*.csv")):
        for line, score in _scores_in(path, known):
            if (score.question, score.answer) not in numbers:
                raise CannotGrade(
                    f"{path}, line {line}: no answer to {score.question} has the number "
                    f"{score.answer}; take it from the page of the question."
                )
            found[score.question, score.answer, score.marker] = score
    return list(found.values())


def _scores_in(path: Path, known: Mapping[str, Question]) -> Iterator[tuple[int, Score]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, ValueError, csv.Error) as error:
        raise CannotGrade(f"{path} is not a readable CSV file ({error}).") from None
    for line, row in enumerate(rows, 2):
        said = {(name or "").strip(): (cell or "").strip() for name, cell in row.items() if name}
        question = known.get(said.get("question", ""))
        if question is None and not any(said[name] for name in said.keys() - FIXED):
            # Of an answer that its learner took back before anybody scored it.
            continue
        if question is None:
            asked_for = ", ".join(known) or "none, since nobody answered one"
            raise CannotGrade(
                f"{path}, line {line}: the column question says {said.get('question', '')!r}; the "
                f"questions of this report are {asked_for}."
            )
        given = {each.name: said.get(each.name, "") for each in question.criteria}
        if not any(given.values()):
            continue
        points = {
            each.name: _points(given[each.name], each.points, f"{path}, line {line}, {each.name}")
            for each in question.criteria
        }
        marker = said.get("marker") or path.stem
        yield line, Score(question.key, said["answer"], marker, points, said.get("comment", ""))


def _points(text: str, most: int, place: str) -> float:
    try:
        points = float(text)
    except ValueError:
        points = math.nan
    if not (0 <= points <= most and points % STEP == 0):
        raise CannotGrade(
            f"{place}: {text!r} is no score; give whole or half points from 0 to {most}."
        )
    return points


# ---- scores in the gradebook --------------------------------------------------------------------


def rows(
    submissions: Sequence[Submission],
    collected: Collected,
    scores: Sequence[Score],
    also: Collection[str] = (),
) -> list[Row]:
    """A row for each learner and each question that somebody has begun to score.

    ``also`` are keys of questions whose points somebody gives elsewhere.
    """
    by_answer: dict[tuple[str, str], list[Score]] = defaultdict(list)
    for score in scores:
        by_answer[score.question, score.answer].append(score)
    begun = {score.question for score in scores} | set(also)
    found = []
    for question in collected.questions:
        for each in submissions if question.key in begun else ():
            learner = each.learner.key
            text = collected.texts.get(learner, {}).get(question.key, "")
            mine = by_answer[question.key, code(collected.seed, question.key, learner)]
            row = _row(learner, question, text, mine)
            penalty, left = taken(row.points, each.lateness)
            found.append(replace(row, points=left, marked=row.points, penalty=penalty))
    return found


def _row(learner: str, question: Question, text: str, scores: Sequence[Score]) -> Row:
    blank = Row(learner, question.topic, question.key, 0.0, float(question.points), Status.WRONG)
    if not text:
        return replace(blank, status=Status.NOT_WRITTEN, message=translated("Not written yet."))
    if not scores:
        why = translated("Nobody has scored it yet.")
        return replace(blank, status=Status.NOT_SCORED, message=why, text=text)
    mean = {c.name: float(np.mean([s.points[c.name] for s in scores])) for c in question.criteria}
    points = round(sum(mean.values()), 2)
    full = points == question.points
    criteria: tuple[dict[str, Any], ...] = tuple(
        {
            "name": each.name,
            "reason": each.full_marks,
            "held": mean[each.name] == each.points,
            "share": mean[each.name] / each.points,
            "points": float(each.points),
        }
        for each in question.criteria
    )
    return replace(
        blank,
        points=points,
        status=Status.PASSED if full else Status.PARTLY if points else Status.WRONG,
        failed_properties=tuple(c["name"] for c in criteria if not c["held"]),
        message="\n\n".join(dict.fromkeys(filter(None, (s.comment for s in scores)))),
        criteria=criteria,
        text=text,
    )


# ---- agreement ----------------------------------------------------------------------------------


def kappa(first: Sequence[float], second: Sequence[float], most: float) -> float:
    """How far two markers agree beyond chance, by quadratic weights; NaN where it is not defined.

    Examples
    --------
    >>> kappa([0, 1, 2, 3], [0, 1, 2, 3], 3)
    1.0
    >>> round(kappa([0, 1, 2, 3], [3, 2, 1, 0], 3), 2)
    -1.0
    """
    # Imported when somebody has scored: it takes a second.
    from sklearn.metrics import cohen_kappa_score

    steps = [[round(points / STEP) for points in each] for each in (first, second)]
    if len({*steps[0], *steps[1]}) < 2:
        return math.nan
    labels = list(range(round(most / STEP) + 1))
    return float(cohen_kappa_score(*steps, labels=labels, weights="quadratic"))


def agreement(question: Question, scores: Sequence[Score]) -> list[str]:
    """A sentence for each two markers who scored the same answers."""
    by_marker: dict[str, dict[str, Score]] = defaultdict(dict)
    for score in scores:
        if score.question == question.key:
            by_marker[score.marker][score.answer] = score
    return [
        sentence
        for one, other in itertools.combinations(sorted(by_marker), 2)
        if (sentence := _agreed(question, one, other, by_marker))
    ]


def _agreed(
    question: Question, one: str, other: str, scores: Mapping[str, Mapping[str, Score]]
) -> str:
    both = sorted(scores[one].keys() & scores[other].keys())
    if len(both) < 2:
        return ""
    mine, theirs = ([scores[who][each] for each in both] for who in (one, other))
    total = kappa([s.total for s in mine], [s.total for s in theirs], question.points)
    parts: dict[str, float] = {}
    for each in question.criteria:
        left, right = ([s.points[each.name] for s in scores] for scores in (mine, theirs))
        if not math.isnan(value := kappa(left, right, each.points)):
            parts[each.name] = value
    said = translated(
        "{one} and {other}: {agreement} on {n} answers",
        one=one,
        other=other,
        agreement=_two(total),
        n=len(both),
    )
    if len(question.criteria) > 1 and parts:
        lowest = min(parts, key=lambda name: parts[name])
        at = [each.name for each in question.criteria].index(lowest)
        shown = question.shown.criteria[at].name
        least = {"criterion": shown, "agreement": _two(parts[lowest])}
        said += translated("; least on {criterion}: {agreement}", **least)
    return said


def _two(value: float) -> str:
    return translated("not defined") if math.isnan(value) else f"{value:.2f}"


def overview(collected: Collected, scores: Sequence[Score]) -> list[dict[str, Any]]:
    """What the instructor's page says about each question."""
    return [
        {
            "title": f"{catalogue.chapter(q.topic).number} {q.shown.title}",
            "page": f"{q.key}.html",
            "answers": len(collected.answers(q)),
            "scored": len({s.answer for s in scores if s.question == q.key}),
            "agreement": agreement(q, scores),
        }
        for q in collected.questions
    ]
