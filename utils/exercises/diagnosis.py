"""What is wrong with an answer, as far as it can be known.

Three answers are tried in this order, and each guarantees what it says:

1. *A known misconception.* Every call that the answer gets wrong it gets wrong as an implementation
   of that misconception does, and it is wrong wherever that implementation is. Two mistakes are
   named together when each wrong call is explained by one of the two in the same way. One mistake
   is also named where it explains all ordinary calls by their values; what else should hold is then
   said beside it. Nothing follows from this about the answer's code, only about what it does.
2. *A described difference*: what holds of all wrong calls, and of two at least, and which of its
   arguments the answer changes. It is true by construction; see `utils.exercises.differences`, and
   each kind of exercise.
3. *What should hold and does not*: the first criterion that fails, and which of its calls do.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from utils.execution.outcomes import Outcome
from utils.exercises.attempt import Attempt
from utils.exercises.marks import Case, CriterionResult, Diagnosis
from utils.translation import joined, language, of, topic_of, translated

MISCONCEPTION, DIFFERENCE, PROPERTY = "misconception", "difference", "property"

Implementation = Callable[..., Any]


def diagnose(attempt: Attempt, results: Sequence[CriterionResult]) -> Diagnosis:
    """What is wrong with an answer that does not pass."""
    known = _whole(attempt)
    besides = ""
    if not known and attempt.exercise.mistakes_add_up:
        known = _together(attempt)
        if not known and (known := _ordinary(attempt)):
            besides = _besides(attempt, known[0], results)
    if known:
        # One that nobody has explained yet tells a learner what should hold, as if it had no name.
        texts = [explanation(each) or attempt.exercise.remark(attempt, results) for each in known]
        texts += [besides] if besides else []
        names = tuple(each.__name__ for each in known)
        return Diagnosis(MISCONCEPTION, names, "\n\n".join(texts))
    remark = attempt.exercise.remark(attempt, results)
    found = attempt.exercise.differences(attempt)
    if found:
        texts = [each.text for each in found]
        # An error is the remark already, and a test or an input is described whole.
        if attempt.exercise.mistakes_add_up and found[0].name != "raises":
            texts.append(remark)
        return Diagnosis(DIFFERENCE, tuple(each.name for each in found), joined(*texts))
    failed = tuple(each.name for each in results if not each.held)
    return Diagnosis(PROPERTY, failed, remark)


def explanation(misconception: Implementation) -> str:
    """What a misconception says to the learner who fell into it."""
    text = inspect.getdoc(misconception) or ""
    topic = topic_of(misconception)
    context = f"misconception {misconception.__name__}"
    said = [of(topic, context, " ".join(each.split())) for each in text.split("\n\n")]
    return text if language() == "en" else "\n\n".join(said)


@functools.cache
def family(misconception: Implementation) -> tuple[Implementation, ...]:
    """The implementations of one mistake: the misconception itself, then other ways to make it.

    Another way is a function ``<misconception>__<how>`` in the same module.
    """
    module = sys.modules[misconception.__module__]
    prefix = f"{misconception.__name__}__"
    others = (each for name, each in vars(module).items() if name.startswith(prefix))
    return (misconception, *filter(callable, others))


# ---- which misconception --------------------------------------------------------------------


def _members(attempt: Attempt) -> Iterator[tuple[Implementation, Implementation]]:
    """Each misconception with each implementation of it."""
    for misconception in attempt.exercise.misconceptions:
        for member in family(misconception):
            yield misconception, member


def _explains(attempt: Attempt, member: Implementation, case: Case) -> bool:
    """Whether an implementation of a mistake does on a call what the answer does."""
    theirs = attempt.sheet.mistake(member, case)
    mine = attempt.mistakes[case]
    return theirs is not None and attempt.exercise.same_mistake(attempt.sheet, mine, theirs)


def _contradicted(attempt: Attempt, member: Implementation, cases: Sequence[Case]) -> bool:
    """Whether the answer is right where an implementation of a mistake is wrong."""
    right = (case for case in cases if case not in attempt.mistakes)
    return any(attempt.sheet.mistake(member, case) is not None for case in right)


def _whole(attempt: Attempt) -> list[Implementation]:
    """The first misconception whose implementations explain every wrong call."""
    wrong = list(attempt.mistakes)
    for misconception in attempt.exercise.misconceptions:
        left = wrong
        for member in family(misconception):
            # Most known mistakes differ on the first call that is left.
            explained = left and _explains(attempt, member, left[0])
            if explained and not _contradicted(attempt, member, attempt.sheet.cases):
                left = [case for case in left if not _explains(attempt, member, case)]
        if not left:
            return [misconception]
    return []


def _together(attempt: Attempt) -> list[Implementation]:
    """Two misconceptions of which one explains what the other does not, and not by chance."""
    wrong = list(attempt.mistakes)
    for first, here in _explaining(attempt, wrong):
        left = [case for case in wrong if not _explains(attempt, here, case)]
        if not any(_tells(attempt.mistakes[case]) for case in left):
            continue
        for second, there in _explaining(attempt, left):
            if first is not second and all(_explains(attempt, there, case) for case in left):
                return [first, second]
    return []


def _explaining(
    attempt: Attempt, cases: Sequence[Case]
) -> Iterator[tuple[Implementation, Implementation]]:
    """The misconceptions that explain the first of some calls, and are contradicted by none."""
    for misconception, member in _members(attempt) if cases else ():
        explained = _explains(attempt, member, cases[0])
        if explained and not _contradicted(attempt, member, attempt.sheet.cases):
            yield misconception, member


def _ordinary(attempt: Attempt) -> list[Implementation]:
    """The misconception that explains all ordinary calls, by values that nobody hits by chance."""
    ordinary = [case for case in attempt.sheet.cases if attempt.exercise.is_ordinary(case)]
    wrong = [case for case in ordinary if case in attempt.mistakes]
    if sum(_telling(attempt.mistakes[case].value) for case in wrong) < 2:
        return []
    best, most = None, 0
    for misconception, member in _members(attempt):
        if _contradicted(attempt, member, ordinary):
            continue
        if all(_explains(attempt, member, case) for case in wrong):
            explained = sum(_explains(attempt, member, case) for case in attempt.mistakes)
            if explained > most:
                best, most = misconception, explained
    return [best] if best else []


def _besides(
    attempt: Attempt, misconception: Implementation, results: Sequence[CriterionResult]
) -> str:
    """What else should hold and does not, on calls that a misconception does not explain."""
    members = family(misconception)
    for case in attempt.mistakes:
        if not any(_explains(attempt, member, case) for member in members):
            reasons = {each.name: each.reason for each in results if not each.held}
            name = case.criterion if case.criterion in reasons else next(reversed(reasons))
            return translated(
                "Besides, calls that check this go wrong: {reason} ({name}).",
                reason=reasons[name],
                name=name,
            )
    return ""


def _tells(mine: Outcome) -> bool:
    """Whether two answers hardly do this by chance: an error, or a value of more than one word."""
    return mine.failure is not None or _telling(mine.value)


def _telling(value: Any) -> bool:
    """Whether two answers hardly return this by chance: more than a word, a flag or a 0."""
    if isinstance(value, (float, np.floating)):
        return bool(np.isfinite(value)) and value not in (0.0, 1.0, -1.0)
    if isinstance(value, (list, tuple, dict)):
        return len(value) > 1
    if isinstance(value, (np.ndarray, pd.Series, pd.DataFrame)):
        return np.size(value) > 1 and len(np.unique(np.asarray(value).astype(str))) > 1
    return False
