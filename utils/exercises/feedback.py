"""A mark put together, and what is said about it in words."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from utils import sql
from utils.execution.outcomes import Failure, Outcome, Stop
from utils.execution.plain import Opaque
from utils.execution.runner import NO_INPUT, NO_TEXT
from utils.exercises import differences
from utils.exercises.attempt import Attempt, as_bytes, sheet
from utils.exercises.diagnosis import diagnose
from utils.exercises.literal import NoLiteral
from utils.exercises.marks import Args, Case, CriterionResult, Example, Mark
from utils.translation import ended, message, translated

if TYPE_CHECKING:
    from utils.exercises.model import Exercise

# Characters of a call that somebody may still want to look into.
LONGEST = 2000
KINDS: tuple[tuple[str, Any], ...] = (
    (message("None"), type(None)),
    (message("True or False"), (bool, np.bool_)),
    (message("a number"), (int, float, np.number)),
    (message("text"), str),
    (message("a table"), pd.DataFrame),
    (message("a sequence"), (list, tuple, np.ndarray, pd.Series, pd.Index)),
)


def mark(attempt: Attempt) -> Mark:
    """What an answer earned, and what is wrong with it."""
    exercise = attempt.exercise
    if attempt.is_stub:
        said = translated("{name} is not written yet: put your code there.", name=exercise.name)
        return unmarked(exercise, said, False)
    results = exercise.results(attempt)
    failed = tuple(each.name for each in results if not each.held)
    diagnosis = diagnose(attempt, results) if failed else None
    return Mark(
        exercise=exercise.name,
        points=exercise.earned(attempt, results),
        max_points=float(exercise.points),
        failed_properties=failed,
        diagnosis=diagnosis,
        message=diagnosis.text if diagnosis else exercise.praise(results),
        criteria=results,
        examples=examples(attempt),
        printed=attempt.printed,
        visible_only=exercise.visible_only,
    )


def unmarked(exercise: Exercise, message: str, started: bool = True) -> Mark:
    """The mark of something that cannot be called."""
    names = tuple(dict.fromkeys(case.criterion for case in sheet(exercise, 0).cases))
    return Mark(exercise.name, 0.0, float(exercise.points), names, message=message, started=started)


def remark(attempt: Attempt, results: Sequence[CriterionResult]) -> str:
    """What should hold and does not, where the mistake has no name."""
    # An error that was asked for is no news.
    wrong = [(case, mine.failure) for case, mine, right in attempt.rows if not right]
    failed = [(case, failure) for case, failure in wrong if failure]
    if failed and len(failed) == len(wrong):
        return explain(failed[0][1])
    if all(outcome.value is None for outcome in attempt.outcomes):
        return translated("The function returned None: does every path through it end in a return?")
    # A call that is shown on the card may be one of those that raise nothing.
    returned = {case.criterion for case, failure in wrong if not failure}
    missed = [each for each in results if not each.held]
    first = next((each for each in missed if each.name in returned), missed[0])
    said = translated(
        "Calls that check this go wrong: {reason} ({name}).", reason=first.reason, name=first.name
    )
    said += _which_calls(attempt, first.name) + _other_kind(attempt)
    if failed:
        case, failure = failed[0]
        said += translated(
            " A call that checks “{name}” stops: {error}",
            name=case.criterion,
            error=ended(explain(failure)),
        )
    return said


def _which_calls(attempt: Attempt, criterion: str) -> str:
    """How many calls of a criterion go wrong, and what their arguments have that no other has."""
    rows = [(case, right) for case, _, right in attempt.rows if case.criterion == criterion]
    wrong, fine = ([case for case, right in rows if right is held] for held in (False, True))
    if not wrong or not fine:
        return ""
    if len(wrong) == 1:
        said = translated(" 1 of its {total} calls goes wrong", total=len(rows))
    else:
        said = translated(" {n} of its {total} calls go wrong", n=len(wrong), total=len(rows))
    words = ""
    if min(len(wrong), len(fine)) >= differences.FEWEST:
        _, words = next(differences.what_sets_apart(attempt, wrong, fine), ("", ""))
    return said + (translated(": with {what}.", what=words) if words else translated("."))


def _other_kind(attempt: Attempt) -> str:
    """A sentence where the first wrong value is of another kind than the right one."""
    cases = [case for case, _, right in attempt.rows if not right] or [attempt.sheet.cases[0]]
    right = attempt.sheet.expected(cases[0])
    mine = attempt.outcomes[attempt.sheet.cases.index(cases[0])]
    got, wanted = kind_of(mine.value), kind_of(right.value)
    if mine.failure or right.failure or got == wanted:
        return ""
    return translated(
        " There it returned {got}, where {wanted} is expected.", got=got, wanted=wanted
    )


def kind_of(value: Any) -> str:
    """What a value is, in words."""
    if isinstance(value, Opaque):
        return translated("something of type {kind}", kind=value.kind)
    known = (translated(words) for words, types in KINDS if isinstance(value, types))
    return next(known, None) or translated("something of type {kind}", kind=type(value).__name__)


def explain(failure: Failure) -> str:
    """A failure in one sentence, for the person whose code it was."""
    if failure.kind == Stop.TIMEOUT:
        return translated("The call did not finish in time: look for a loop that never ends.")
    if failure.kind == Stop.CRASH:
        return translated("The call {did}.", did=translated(failure.message))
    if failure.kind == Stop.NOT_RUN:
        return translated("Not run, because {why}.", why=translated(failure.message))
    if failure.kind == "ImplementationFailed":
        said = translated(
            "the implementation raised an exception on what your test gave it: is it allowed?"
        )
        return _at(said, failure.line)
    if failure.kind == "QueryError":
        # A sentence of the database or of ours needs no name of a class before it.
        return sql.said(failure.message)
    of_ours = failure.message in (NO_INPUT, NO_TEXT)
    words = translated(failure.message) if of_ours else failure.message
    text = f"{failure.kind}: {words}" if words else failure.kind
    return _at(text, failure.line)


def _at(text: str, line: str) -> str:
    return translated("{error} (at `{line}`)", error=text, line=line) if line else text


# ---- examples -------------------------------------------------------------------------------


def examples(attempt: Attempt) -> tuple[Example, ...]:
    """The visible examples, each with what came back."""
    return tuple(
        example(attempt.exercise, case.args, mine, attempt.sheet.expected(case), right)
        for (case, mine, right), _ in zip(attempt.rows, attempt.exercise.examples, strict=False)
    )


def shortest_wrong_call(attempt: Attempt) -> Case | None:
    """The drawn call that is shown; None where an example is wrong, which is shown then."""
    exercise, n_shown = attempt.exercise, len(attempt.exercise.examples)
    if not all(attempt.rights[:n_shown]):
        return None
    lengths = {}
    for case, mine, right in attempt.rows[n_shown:]:
        # A call that was stopped is told in words, and would be waited for again.
        if right or mine.failed_by in tuple(Stop):
            continue
        with contextlib.suppress(NoLiteral):
            lengths[case] = len(exercise.pasted(case))
    shown = [case for case, length in lengths.items() if 0 < length <= LONGEST]
    return min(shown, key=lengths.__getitem__, default=None)


def wrong_call(attempt: Attempt, case: Case, again: Outcome) -> Example | None:
    """A call that goes wrong, also ``again``, where it was made alone; None where it does not."""
    mine, right = attempt.mistakes[case], attempt.sheet.expected(case)
    if as_bytes(mine) != as_bytes(again) or mine.failed_by != again.failed_by:
        return None
    wanted, got = _told_apart(attempt.exercise, mine, right)
    if wanted == got or max(len(wanted), len(got)) > LONGEST:
        return None
    return Example(attempt.exercise.pasted(case), wanted, got, False)


def _told_apart(exercise: Exercise, mine: Outcome, right: Outcome) -> tuple[str, str]:
    """What is right and what came back, in full where they read alike otherwise."""
    # Which error is asked for, and neither its words nor the line of ours that raises it.
    wanted = right.failed_by or exercise.said(right.value)
    got = _came_back(exercise, mine)
    if wanted == got:
        # What is left out for the sake of space tells them apart.
        with contextlib.suppress(NoLiteral):
            full = [exercise.in_full(each.value) for each in (right, mine)]
            if max(map(len, full)) <= LONGEST:
                wanted, got = full
    return wanted, got


def _came_back(exercise: Exercise, mine: Outcome) -> str:
    return explain(mine.failure) if mine.failure else exercise.said(mine.value)


def example(exercise: Exercise, args: Args, mine: Outcome, right: Outcome, passed: bool) -> Example:
    """One call, as a learner reads it."""
    told = exercise.said(right.value), _came_back(exercise, mine)
    return Example(
        exercise.written(args), *(told if passed else _told_apart(exercise, mine, right)), passed
    )
