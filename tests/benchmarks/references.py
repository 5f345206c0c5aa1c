"""Every reference against its own check on many seeds: a draw that the reference fails is a fault.

    python tests/benchmarks/references.py            1,000 seeds of each exercise
    python tests/benchmarks/references.py 100 user_value

Prints the seeds that fail, exercise by exercise; hold-outs are left out, since each is drawn from
real data in seconds. Run by hand: it takes an hour.
"""

from __future__ import annotations

import sys
import time

from utils import catalogue
from utils.exercises import BeatIt
from utils.exercises.attempt import Sheet


def failing(task, n_seeds, seconds):
    """The seeds at which the reference does not pass, and how many were tried."""
    bad, start = [], time.monotonic()
    for seed in range(n_seeds):
        if time.monotonic() - start > seconds:
            return bad, seed
        asked = Sheet(task, seed)
        if not all(task.is_right(asked, case, asked.expected(case)) for case in asked.cases):
            bad.append(seed)
    return bad, n_seeds


def main(words):
    """Print what fails; 1 when something does."""
    n_seeds = int(words[0]) if words else 1000
    seconds = float(words[2]) if len(words) > 2 else float("inf")
    topics = [words[1]] if len(words) > 1 and words[1] != "all" else catalogue.topics()
    found = 0
    for topic in topics:
        for name, task in catalogue.load(topic).items():
            if not isinstance(task, BeatIt):
                bad, tried = failing(task, n_seeds, seconds)
                found += len(bad)
                print(f"{topic}.{name}: {len(bad)} of {tried} seeds fail {bad[:5]}", flush=True)
    print(f"{found} in all")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
