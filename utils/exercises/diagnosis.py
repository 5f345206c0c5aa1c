"""Which known mistake a wrong answer makes."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Sequence
from typing import Any

from utils.exercises.attempt import Attempt
from utils.exercises.marks import CriterionResult, Diagnosis


def diagnose(attempt: Attempt, results: Sequence[CriterionResult]) -> Diagnosis:
    """What is wrong with an answer that does not pass."""
    misconception = _misconception(attempt)
    if misconception:
        text = inspect.getdoc(misconception) or ""
        return Diagnosis("misconception", (misconception.__name__,), text)
    failed = tuple(each.name for each in results if not each.held)
    return Diagnosis("property", failed, attempt.exercise.remark(attempt, results))


def _misconception(attempt: Attempt) -> Callable[..., Any] | None:
    """The known wrong answer that goes wrong where this one does, and in the same way."""
    best, best_score = None, 0.0
    for misconception in attempt.exercise.misconceptions:
        score = _likeness(attempt, misconception, max(best_score, attempt.exercise.alike_enough))
        if score > best_score:
            best, best_score = misconception, score
    return best


def _likeness(attempt: Attempt, misconception: Callable[..., Any], enough: float) -> float:
    """The share of the calls with a mistake, on either side, at which both make the same one.

    It is 0 where the share is less than ``enough``: most known answers differ so soon that most of
    their calls need not be made.
    """
    sheet, mine = attempt.sheet, attempt.mistakes
    alike = mistaken = len(mine)
    others = (case for case in sheet.cases if case not in mine)
    for case in itertools.chain(mine, others):
        theirs = sheet.mistake(misconception, case)
        if case not in mine:
            mistaken += theirs is not None
        elif theirs is None or not attempt.exercise.same_mistake(sheet, mine[case], theirs):
            alike -= 1
        if alike < enough * mistaken:
            return 0.0
    return alike / max(1, mistaken)
