"""How long a learner waits for a card: every exercise, right and wrong, first check and later.

    python tests/benchmarks/feedback.py

Milliseconds of `utils.check.check` after imports, in a fresh process for each exercise. The first
check of an exercise also computes what the reference says; the first wrong answer also runs the
known misconceptions.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from utils import catalogue
from utils.check import check


def child(topic: str, name: str) -> None:
    import numpy  # noqa: F401
    import pandas  # noqa: F401

    task = catalogue.load(topic)[name]
    right, wrong = task.reference, task.misconceptions[0]
    wrong.__name__ = name
    waited = []
    for answer in (right, right, wrong, wrong):
        started = time.perf_counter()
        check(answer)
        waited.append(1000 * (time.perf_counter() - started))
    print(json.dumps(waited))


def main() -> None:
    import _peers

    print(_peers.machine())
    print(f"{'exercise':<52}{'right':>8}{'again':>8}{'wrong':>8}{'again':>8}  ms")
    rows = []
    for topic in catalogue.topics():
        for name in catalogue.load(topic):
            row = _peers.measure(sys.executable, Path(__file__), "--child", topic, name, threads=2)
            rows.append(row)
            print(f"{topic + '.' + name:<52}" + "".join(f"{ms:8.0f}" for ms in row))
    for place, what in enumerate(("first right", "later right", "first wrong", "later wrong")):
        waited = sorted(row[place] for row in rows)
        for share in (0.5, 0.9):
            measure = f"ms until the card, {what} answer, {share:.0%} of exercises are quicker"
            _peers.report("feedback", measure, quality=(waited[int(share * len(waited))], None))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
