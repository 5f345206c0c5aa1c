"""How long it takes to say what is wrong: every exercise, a known mistake and one without a name.

    python tests/benchmarks/diagnosis.py             every topic
    python tests/benchmarks/diagnosis.py user_value  one topic

CPU milliseconds of `Exercise.judge`, from what an answer did to the mark with its diagnosis, and in
brackets the same as multiples of a small computation that is timed in the same run. The first wrong
answer to an exercise also runs the reference and the known mistakes; what they did is kept for the
next one. The answer without a name is the reference whose values are moved a little, which is the
slowest case: it is compared with every known mistake, and none explains it. Hold-outs are left out:
there the predictions themselves take seconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd

from utils import catalogue
from utils.execution.runner import Runner
from utils.exercises import BeatIt, BreakIt, WriteTheTest, attempt
from utils.exercises.query import WriteTheQuery

LIMIT = 300.0
WHAT = ("first known", "later known", "first unnamed", "later unnamed")


def small_computation() -> float:
    """CPU milliseconds of a computation that never changes, the least of several runs."""
    taken = []
    for _ in range(7):
        started = time.process_time()
        sum(number * number for number in range(100_000))
        taken.append(1000 * (time.process_time() - started))
    return min(taken)


def moved(value):
    """A value of the same form in which every number, flag and word is another one."""
    if isinstance(value, (bool, np.bool_)):
        return not value
    if isinstance(value, (int, np.integer)):
        return int(value) + 1
    if isinstance(value, (float, np.floating)):
        return float(value) * 1.01 + 0.001
    if isinstance(value, str):
        return value + "?"
    if isinstance(value, (list, tuple)):
        return type(value)(moved(each) for each in value)
    if isinstance(value, dict):
        return {key: moved(each) for key, each in value.items()}
    if isinstance(value, pd.Timestamp):
        return value + pd.Timedelta(days=1)
    if isinstance(value, (np.ndarray, pd.Series)) and value.dtype.kind in "iuf":
        return value * 1.01 + 0.001
    if isinstance(value, pd.Series):
        return value.map(moved)
    if isinstance(value, pd.DataFrame):
        return value.apply(moved)
    return value


def unnamed(task):
    """A wrong answer that makes no known mistake."""
    if isinstance(task, WriteTheQuery):
        return lambda: f"SELECT * FROM ({task.reference()}) OFFSET 1"
    if isinstance(task, BreakIt):
        names = list(task.defects)
        return lambda defect: task.reference(names[names.index(defect) - 1])
    if isinstance(task, WriteTheTest):
        tried = []
        return lambda fn: tried.append(fn) or len(tried) % 3 > 0
    return lambda *args, **kwargs: moved(task.reference(*args, **kwargs))


def of_exercise(task) -> list[float]:
    """CPU milliseconds of the first and a later diagnosis, for both wrong answers."""
    taken = []
    for answer in (task.misconceptions[0], unnamed(task)):
        run = Runner(answer, task.adapter, task.implementations)
        outcomes = [run(args) for args in task.inputs()]
        # Whatever was computed for an earlier answer is forgotten.
        attempt.sheet.cache_clear()
        for _ in range(2):
            started = time.process_time()
            mark = task.judge(outcomes)
            taken.append(1000 * (time.process_time() - started))
        if mark.passed:
            print(f"{task.name}: the wrong answer passes", file=sys.stderr)
    return taken


def child(topic: str) -> None:
    """Print the times of a topic."""
    tasks = catalogue.load(topic).items()
    rows = {name: of_exercise(task) for name, task in tasks if not isinstance(task, BeatIt)}
    print(json.dumps([small_computation(), rows]))


def main(topics: list[str]) -> None:
    import _peers

    print(_peers.machine())
    print(f"{'exercise':<52}" + "".join(f"{what:>20}" for what in WHAT))
    rows = []
    for topic in topics or catalogue.topics():
        unit, taken = _peers.measure(sys.executable, Path(__file__), "--child", topic)
        for name, row in taken.items():
            rows.append((unit, row))
            cells = "".join(f"{ms:11.0f} ({ms / unit:5.1f})" for ms in row)
            print(f"{topic + '.' + name:<52}{cells}", flush=True)
    for place, what in enumerate(WHAT):
        taken = sorted(row[place] for _, row in rows)
        multiples = sorted(row[place] / unit for unit, row in rows)
        quick = sum(ms < LIMIT for ms in taken) / len(taken)
        at = int(0.9 * len(rows))
        print(
            f"{what}: {quick:.0%} under {LIMIT:.0f} ms; nine in ten under {taken[at]:.0f} ms, "
            f"{multiples[at]:.1f} small computations"
        )
        name = f"{what} mistake"
        _peers.report("diagnosis", f"{name}, share under 300 CPU ms", quality=(quick, None))
        measure = f"{name}, small computations until the mark, 90% of exercises are quicker"
        _peers.report("diagnosis", measure, quality=(multiples[at], None))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main(sys.argv[1:])
