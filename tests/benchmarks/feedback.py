"""How long a learner waits for a card: every exercise, right and wrong, first check and later.

    python tests/benchmarks/feedback.py

Milliseconds of `utils.check.check` after imports, in a fresh process for each exercise: the first
check, with nothing prepared; the same where an earlier kernel has prepared the chapter; a later
check; and the first and a later wrong answer. The first check of an exercise also computes what the
reference says, unless it is prepared; the first wrong answer also runs the known misconceptions.

Machines differ, so each time is also given in units of a fixed small computation that is timed in
the same process: the sum of a million square roots in a loop of Python.
"""

from __future__ import annotations

import json
import math
import sys
import tempfile
import time
from pathlib import Path

from utils import catalogue
from utils.check import check
from utils.exercises import prepared

COLUMNS = ("first right", "prepared right", "later right", "first wrong", "later wrong")
# A card within these, and within so many units, is not waited for.
BARS = {"first right": 400, "prepared right": 400, "first wrong": 400}
BAR = 150


def prepare(topic: str, folder: str) -> None:
    for task in catalogue.load(topic).values():
        prepared.store(Path(folder), topic, task)
    print("null")


def child(topic: str, name: str, folder: str) -> None:
    import numpy  # noqa: F401
    import pandas  # noqa: F401

    unit = min(_timed(lambda: sum(math.sqrt(i) for i in range(1_000_000))) for _ in range(3))
    task = catalogue.load(topic)[name]
    right, wrong = task.reference, task.misconceptions[0]
    wrong.__name__ = name
    if folder:
        print(json.dumps([unit, _timed(lambda: _prepared_check(topic, task, Path(folder)))]))
    else:
        waited = [_timed(lambda: check(answer)) for answer in (right, right, wrong, wrong)]
        print(json.dumps([unit, *waited]))


def _prepared_check(topic, task, folder: Path) -> None:
    prepared.load(folder, topic, task)
    check(task.reference)


def _timed(run) -> float:
    started = time.perf_counter()
    run()
    return 1000 * (time.perf_counter() - started)


def main() -> None:
    import _peers

    def measure(*args) -> list[float]:
        return _peers.measure(sys.executable, Path(__file__), *args, threads=2)

    print(_peers.machine())
    print(f"{'exercise':<58}" + "".join(f"{name:>16}" for name in COLUMNS) + "  ms")
    rows, units = [], []
    with tempfile.TemporaryDirectory() as folder:
        for topic in catalogue.topics():
            measure("--prepare", topic, folder)
            for name in catalogue.load(topic):
                unit, first, again, wrong, later = measure("--child", topic, name, "")
                _, known = measure("--child", topic, name, folder)
                row = (first, known, again, wrong, later)
                rows.append(row)
                units.append(unit)
                print(f"{topic + '.' + name:<58}" + "".join(f"{ms:16.0f}" for ms in row))
    unit = sorted(units)[len(units) // 2]
    print(f"a unit is {unit:.0f} ms")
    for place, what in enumerate(COLUMNS):
        waited = sorted(row[place] for row in rows)
        for share in (0.5, 0.9):
            at = waited[int(share * len(waited))]
            measure_of = f"ms until the card, {what} answer, {share:.0%} of exercises are quicker"
            _peers.report("feedback", measure_of, quality=(at, None))
            of_units = f"the same in units of a fixed computation, {what}, {share:.0%}"
            _peers.report("feedback", of_units, quality=(at / unit, None))
        bar = BARS.get(what, BAR)
        within = sum(ms <= bar for ms in waited) / len(waited)
        _peers.report(
            "feedback", f"share of exercises within {bar} ms, {what}", quality=(within, None)
        )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    elif sys.argv[1:2] == ["--prepare"]:
        prepare(*sys.argv[2:])
    else:
        main()
