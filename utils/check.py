"""What a learner calls: ``check(f)`` marks an answer and shows a card."""

from __future__ import annotations

import contextlib
import difflib
import functools
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from utils import catalogue, pages, progress
from utils.exercises import Exercise, prepared
from utils.exercises.marks import CriterionResult, Example, Mark
from utils.refused import OneSentence
from utils.translation import joined, message, of, translated

A_WRONG_CALL = message("A call that goes wrong, to paste into a cell:")
# Of a drawn call there may be several; an example has the one in its docstring.
A_RIGHT_ANSWER, EXPECTED = message("right"), message("expected")
ASSERTED = message(
    "If you did not write this assertion, it compares a result with the text of the chapter. Look "
    "at your own functions that this cell uses: did you run them again after a change, and do they "
    "pass?"
)
CARD = "check.html.jinja"
# Seconds; to read it takes a tenth of one.
PATIENCE = 5.0


class NotWritten(OneSentence, NotImplementedError):
    """An exercise is still a stub. A notebook stops there, with one sentence."""


class NotAnExercise(OneSentence, ValueError):
    """`check` was handed something that is no exercise."""


class Interrupted(OneSentence, KeyboardInterrupt):
    """A check was ended by hand. A notebook stops there, with one sentence."""


@dataclass(frozen=True)
class Feedback:
    """What a check found; a notebook shows it as HTML, a terminal as text."""

    mark: Mark
    progress: progress.Progress

    def __repr__(self) -> str:
        return _text(self)

    def _repr_html_(self) -> str:
        return _html(self)


def check(answer: Callable[..., Any]) -> Feedback:
    """Mark an answer and say what is right, what is wrong, and which mistake it is.

    Parameters
    ----------
    answer : callable
        The function you wrote, under the name that the exercise gave it.

    Returns
    -------
    Feedback

    Raises
    ------
    NotWritten
        When the function is still a stub.
    NotAnExercise
        When no exercise bears its name.
    Interrupted
        When it is ended by hand.
    """
    name = _name(answer, sys._getframe(1).f_globals)
    topic = catalogue.topic_of(name) if name is not None and name.isidentifier() else None
    if name is None or topic is None:
        raise NotAnExercise(_no_such_exercise(answer, name))
    exercise = catalogue.load(topic)[name]
    with _a_learner_waits(topic, exercise):
        try:
            mark = exercise.mark(answer)
        except KeyboardInterrupt:
            said = translated("The check of {name} was interrupted: it has no mark.", name=name)
            raise Interrupted(said) from None
    if not mark.started:
        raise NotWritten(_not_written(name))
    progress.record(topic, mark)
    return Feedback(mark, progress.of_chapter(topic, progress.events()))


@contextlib.contextmanager
def _a_learner_waits(topic: str, exercise: Exercise) -> Iterator[None]:
    """Where a learner works: use what was prepared, say that it takes long, prepare the rest."""
    record = progress.path()
    if record is None or not _in_ipython():
        yield
        return
    folder = record.parent / ".prepared"
    prepared.load(folder, topic, exercise)
    # The stream of now: an answer's own may be in its place when the time comes.
    said = translated("Checking takes a few seconds here.")
    say = functools.partial(print, said, file=sys.stdout, flush=True)
    timer = threading.Timer(1.0, say)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
    prepared.begin(folder, topic)


def _in_ipython() -> bool:
    shell = sys.modules.get("IPython")
    return shell is not None and shell.get_ipython() is not None


def _name(answer: object, names: dict[str, Any]) -> str | None:
    """The name of an exercise that is bound to ``answer`` where `check` is called, or its own.

    A lambda, a partial function, a callable object or what a decorator returned has no name of an
    exercise of its own; what counts is what the name is bound to, as in marking.
    """
    own = getattr(answer, "__name__", None)
    own = own if isinstance(own, str) else None
    if own and catalogue.topic_of(own):
        return own
    bound = (name for name, value in list(names.items()) if value is answer)
    known = (name for name in bound if callable(answer) and catalogue.topic_of(name))
    return next(known, own)


def _not_written(name: str) -> str:
    return translated(
        "{name} is not written yet: put your code in place of its raise line, "
        "run that cell, then run this one again.",
        name=name,
    )


def _no_such_exercise(answer: object, name: str | None) -> str:
    known = [each for topic in catalogue.topics() for each in catalogue.load(topic)]
    if name is None:
        return translated(
            "check takes the function itself, as in check({name}); this is of type {kind}.",
            name=known[0],
            kind=type(answer).__name__,
        )
    near = difflib.get_close_matches(name, known, n=1)
    if near:
        return translated(
            "No exercise is called {name}: did you mean {other}?", name=name, other=near[0]
        )
    return translated(
        "No exercise is called {name}: keep the name that the stub gave it.", name=name
    )


# ---- what is shown --------------------------------------------------------------------------


def _verdict(mark: Mark) -> str:
    if not mark.passed:
        return translated("not yet")
    return translated("visible checks passed") if mark.visible_only else translated("passed")


def _score(mark: Mark) -> str:
    if mark.visible_only:
        return ""
    return translated(
        "{points} of {total} points", points=f"{mark.points:g}", total=f"{mark.max_points:g}"
    )


def _so_far(feedback: Feedback) -> str:
    reached = feedback.progress
    counts = {"chapter": reached.title, "passed": reached.passed, "all": reached.exercises}
    if feedback.mark.visible_only:
        return translated(
            "{chapter}: {passed} of {all} exercises pass their visible checks", **counts
        )
    return translated(
        "{chapter}: {passed} of {all} exercises passed, {points} of {total} points",
        **counts,
        points=f"{reached.points:g}",
        total=f"{reached.max_points:g}",
    )


def _known(mark: Mark) -> str:
    """The known mistake in words; nothing where there is none."""
    name = pages.words(mark.misconception or "")
    return of(catalogue.topic_of(mark.exercise) or "", "name", name)


def _text(feedback: Feedback) -> str:
    mark = feedback.mark
    lines = [f"{_verdict(mark).upper()}  {mark.exercise}  {_score(mark)}".rstrip()]
    if mark.misconception:
        lines.append("  " + joined(translated("Looks like:"), _known(mark)))
    lines += [f"  {line}" for line in pages.plain(mark.message).splitlines()]
    lines += [f"  {_sign(each)} {each.name}: {pages.plain(each.reason)}" for each in mark.criteria]
    for example in mark.examples:
        if not example.passed:
            lines += _shown(example)
    if mark.wrong_call:
        lines += ["  " + translated(A_WRONG_CALL), *_shown(mark.wrong_call, A_RIGHT_ANSWER)]
    if mark.printed:
        lines += _block(translated("printed"), mark.printed)
    lines.append(f"  {_so_far(feedback)}")
    return "\n".join(lines)


def _shown(example: Example, right: str = EXPECTED) -> list[str]:
    lines = [f"  {line}" for line in example.call.splitlines()]
    lines += _block(translated(right), example.expected)
    return lines + _block(translated("got"), example.got)


def _sign(result: CriterionResult) -> str:
    if result.held:
        return "+"
    return "~" if result.share else "-"


def _block(label: str, text: str) -> list[str]:
    first, *rest = text.splitlines() or [""]
    return [f"    {label:<8} {first}"] + [f"    {'':<8} {line}" for line in rest]


def _html(feedback: Feedback) -> str:
    mark, reached = feedback.mark, feedback.progress
    return pages.render(
        CARD,
        mark=mark,
        verdict=_verdict(mark),
        score=_score(mark),
        known=_known(mark),
        a_wrong_call=translated(A_WRONG_CALL),
        a_right_answer=translated(A_RIGHT_ANSWER),
        held=sum(each.held for each in mark.criteria),
        so_far=_so_far(feedback),
        percent=round(100 * reached.points / reached.max_points) if reached.max_points else 0,
    )


# One end for all forks: a pool forks many times.
_waits_until: float | None = None


def _ended_before_a_fork(timer: threading.Timer) -> None:
    """Before a process forks: end a thread that imports.

    A new process that imports the same would wait for that thread, which it does not have.
    """
    global _waits_until
    if timer.is_alive():
        timer.cancel()
        now = time.monotonic()
        if _waits_until is None:
            _waits_until = now + PATIENCE
        # Not without end: it may need what the thread that forks is importing.
        timer.join(max(0.0, _waits_until - now))


def _said_of_an_assertion(
    shell: Any,
    kind: type[BaseException],
    error: BaseException,
    traceback: Any,
    tb_offset: int | None = None,
) -> None:
    """What IPython shows of an assertion that failed; where it has no words of its own, some more.

    A chapter asserts what its text says, and may do so of a learner's functions.
    """
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
    if not error.args:
        print(translated(ASSERTED), file=sys.stderr)


# A moment after the first cell, so that neither it nor the first check waits for the template.
_template = threading.Timer(1.0, pages.prepare, [CARD])
_template.daemon = True
if _in_ipython():
    sys.modules["IPython"].get_ipython().set_custom_exc((AssertionError,), _said_of_an_assertion)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(before=functools.partial(_ended_before_a_fork, _template))
    _template.start()
