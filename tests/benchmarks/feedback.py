"""How long a learner waits for a card: every exercise, right and wrong, first check and later.

    python tests/benchmarks/feedback.py

Milliseconds of `utils.check.check` after imports, in a forked process for each exercise: the first
check, with nothing prepared; the same where an earlier kernel has prepared the chapter; a later
check; and the first and a later wrong answer. The first check of an exercise also computes what the
reference says, unless it is prepared; the first wrong answer also runs the known misconceptions.

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

from utils import catalogue
from utils.check import check
from utils.exercises import prepared

COLUMNS = ("first right", "prepared right", "later right", "first wrong", "later wrong")
# A card within so many milliseconds, or so many units, is not waited for.
BARS = dict.fromkeys(("first right", "prepared right", "first wrong"), (400, 8))
BAR = 150, 3


def of_topic(topic: str, folder: str) -> None:
    """Print a unit, and for every exercise of a topic what is waited for."""
    # What a notebook has imported before.
    import numpy  # noqa: F401
    import pandas  # noqa: F401

    tasks = catalogue.load(topic)
    for task in tasks.values():
        _in_a_fresh_process(prepared.store, Path(folder), topic, task)
    unit = min(_timed(lambda: sum(math.sqrt(i) for i in range(1_000_000))) for _ in range(3))
    rows = {
        name: _in_order(
            *_in_a_fresh_process(_unprepared, task),
            _in_a_fresh_process(_prepared, Path(folder), topic, task),
        )
        for name, task in tasks.items()
    }
    print(json.dumps([unit, rows]))


def _in_order(first, later, first_wrong, later_wrong, prepared_right) -> list[float]:
    return [first, prepared_right, later, first_wrong, later_wrong]


def _in_a_fresh_process(work, *args):
    """What ``work`` returns in a process that has what this one imported, and did nothing yet."""
    with multiprocessing.get_context("fork").Pool(1) as one:
        return one.apply(work, args)


def _unprepared(task) -> list[float]:
    right, wrong = task.reference, task.misconceptions[0]
    wrong.__name__ = task.name
    return [_timed(lambda answer=answer: check(answer)) for answer in (right, right, wrong, wrong)]


def _prepared(folder: Path, topic: str, task) -> float:
    def first() -> None:
        prepared.load(folder, topic, task)
        check(task.reference)

    return _timed(first)


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
