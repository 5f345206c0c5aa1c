"""How long a learner waits for a card: every exercise, right and wrong, first check and later.

    python tests/benchmarks/feedback.py

Milliseconds of `utils.check.check` and of its card's HTML, after imports and with the template that
a notebook reads a second after its first cell, in a forked process for each exercise: the first
check, with nothing prepared; the same where an earlier kernel has prepared the chapter; a later
check; and the first and a later wrong answer. The first check of an exercise also computes what the
reference says, unless it is prepared; the first wrong answer also runs the known misconceptions.

``calls alone`` is what no check goes below: the answer called on the same inputs in a process that
is there already. A check calls it in a forked one, where an endless loop can be stopped and nothing
can be patched; what the fork then writes to has to be copied.

Machines differ, so each time is also given in units of a fixed small computation that is timed in
the same process: the sum of a million square roots in a loop of Python.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

from utils import catalogue, pages
from utils.check import CARD, check
from utils.execution.runner import Runner
from utils.exercises import attempt, prepared

COLUMNS = (
    "first right",
    "prepared right",
    "later right",
    "first wrong",
    "later wrong",
    "calls alone",
)
# A card within so many milliseconds, or so many units, is not waited for: the same where a unit
# takes 60 ms.
BARS = dict.fromkeys(("first right", "prepared right", "first wrong"), (400, 6.7))
BAR = 150, 2.5


def of_topic(topic: str, folder: str) -> None:
    """Print a unit, and for every exercise of a topic what is waited for."""
    # What a notebook has imported before.
    import numpy  # noqa: F401
    import pandas  # noqa: F401

    pages.prepare(CARD)
    tasks = catalogue.load(topic)
    for name in tasks:
        _in_a_fresh_process(_prepare, topic, name, folder)
    unit = min(_timed(lambda: sum(math.sqrt(i) for i in range(1_000_000))) for _ in range(3))
    rows = {
        name: _in_order(
            *_in_a_fresh_process(_unprepared, topic, name),
            _in_a_fresh_process(_prepared, topic, name, folder),
            _in_a_fresh_process(_alone, topic, name),
        )
        for name in tasks
    }
    print(json.dumps([unit, rows]))


def _in_order(first, later, first_wrong, later_wrong, prepared_right, alone) -> list[float]:
    return [first, prepared_right, later, first_wrong, later_wrong, alone]


def _in_a_fresh_process(work, *args):
    """What ``work`` returns in a process that has what this one imported, and did nothing yet."""
    with multiprocessing.get_context("fork").Pool(1) as one:
        return one.apply(work, args)


def _prepare(topic: str, name: str, folder: str) -> None:
    prepared.store(Path(folder), topic, catalogue.load(topic)[name])


def _unprepared(topic: str, name: str) -> list[float]:
    task = catalogue.load(topic)[name]
    right, wrong = task.reference, task.misconceptions[0]
    wrong.__name__ = name
    answers = (right, right, wrong, wrong)
    return [_timed(lambda answer=answer: check(answer)._repr_html_()) for answer in answers]


def _prepared(topic: str, name: str, folder: str) -> float:
    task = catalogue.load(topic)[name]

    def first() -> None:
        prepared.load(Path(folder), topic, task)
        check(task.reference)._repr_html_()

    return _timed(first)


def _alone(topic: str, name: str) -> float:
    """The right answer called a second time on the inputs of a check, and nothing around it."""
    task = catalogue.load(topic)[name]
    run = Runner(task.reference, task.adapter, task.implementations)
    cases = attempt.sheet(task, prepared.SEED).cases
    taken = [sum(_timed(lambda case=case: run.packed(case.args)) for case in cases) for _ in "12"]
    return taken[-1]


def _timed(run) -> float:
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)


def main() -> None:
    """Measure every exercise, and report how many cards are not waited for."""
    import _peers

    print(_peers.machine())
    print(f"{'exercise':<58}" + "".join(f"{name:>16}" for name in COLUMNS) + "  ms")
    rows, in_units = [], []
    with tempfile.TemporaryDirectory() as folder:
        for topic in catalogue.topics():
            args = ("--topic", topic, folder)
            unit, waited = _peers.measure(sys.executable, Path(__file__), *args, threads=2)
            for name, row in waited.items():
                rows.append(row)
                in_units.append([ms / unit for ms in row])
                print(f"{topic + '.' + name:<58}" + "".join(f"{ms:16.0f}" for ms in row))
            print(f"{'':<58}a unit is {unit:.0f} ms", flush=True)
    for place, what in enumerate(COLUMNS):
        bar, units = BARS.get(what, BAR)
        for name, measured, limit in (("ms", rows, bar), ("units", in_units, units)):
            waited = sorted(row[place] for row in measured)
            for share in (0.5, 0.9):
                at = waited[int(share * len(waited))]
                measure_of = f"{name} until the card, {what}, {share:.0%} of exercises are quicker"
                _peers.report("feedback", measure_of, quality=(at, None))
            within = sum(each <= limit for each in waited) / len(waited)
            measure_of = f"share of exercises within {limit} {name}, {what}"
            _peers.report("feedback", measure_of, quality=(within, None))
            print(f"{what}: {within:.0%} within {limit} {name}, nine in ten within {at:.1f}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--topic"]:
        of_topic(*sys.argv[2:])
    else:
        main()
