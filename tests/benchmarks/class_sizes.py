"""Seconds and memory of marking and comparing classes of many sizes.

    python tests/benchmarks/class_sizes.py [--marked 20 200 2000] [--compared 400 10000]

A class is written from the reference of chapter 3, a notebook a learner, with lines added at
random, so that no two answers are the same text; one learner in fifty hands in a copy. Marked is
what `course grade` does from nothing to the written report. Compared is the search for answers
that are alike, alone, over all exercises of the chapter. Run by hand: 2,000
learners take half an hour.
"""

from __future__ import annotations

import argparse
import ast
import json
import random
import re
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from utils import catalogue
from utils.grading import grade, report, similarity
from utils.grading.marking import Row
from utils.grading.status import Status

TOPIC = "collaborative_filtering"
# Asks for a recommender of real data, which computes for a second in every tool.
LEFT_OUT = "recommend_new_items"
FILLER = "{0} = {1}", "for {0} in range({1}):\n    {2}", "if {1} == {2}:\n    {0} = {1}"


def written_differently(source: str, rng: random.Random) -> str:
    """The same functions, with statements among theirs that do nothing."""
    tree = ast.parse(source)
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            body: list[ast.stmt] = []
            for statement in function.body:
                # The docstring stays first.
                if body and rng.random() < 0.6:
                    name, *numbers = f"v{rng.randrange(10**6)}", rng.randrange(9), rng.randrange(99)
                    body += ast.parse(rng.choice(FILLER).format(name, *numbers)).body
                body.append(statement)
            function.body = body
    return ast.unparse(tree)


def answers(n: int, seed: int = 1) -> list[str]:
    """The code of ``n`` learners."""
    rng = random.Random(seed)
    source = catalogue.reference_text(TOPIC).replace(f"def {LEFT_OUT}(", "def left_out(")
    written: list[str] = []
    for i in range(n):
        copied = i % 50 == 49
        written.append(rng.choice(written) if copied else written_differently(source, rng))
    return written


def notebook(source: str) -> str:
    """A notebook of one cell."""
    cell = {"cell_type": "code", "metadata": {}, "id": "c", "source": source}
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def marked(n: int) -> tuple[float, float, int]:
    """Seconds, seconds of work, and how many answers passed."""
    with tempfile.TemporaryDirectory() as folder:
        handed_in, out = Path(folder, "in"), Path(folder, "out")
        handed_in.mkdir()
        for i, source in enumerate(answers(n)):
            (handed_in / f"learner{i:05d}.ipynb").write_text(notebook(source))
        begun, work = (
            time.perf_counter(),
            sum(map(used, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))),
        )
        found = grade.grade(handed_in, out, chapters=["03"], seed=20, progress=False)
        report.write(found, out)
        work = sum(map(used, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))) - work
        passed = sum(row.status == Status.PASSED for row in found.rows)
        wanted = n * (len(catalogue.load(TOPIC)) - 1)
        if passed != wanted:
            raise SystemExit(
                f"{passed:,} answers pass and {wanted:,} should: this measures nothing."
            )
        return time.perf_counter() - begun, work, passed


def compared(n: int) -> tuple[float, float, int]:
    """Seconds, seconds of work, and how many clusters there are."""
    names = [name for name in catalogue.load(TOPIC) if name != LEFT_OUT]
    rows = []
    for i, source in enumerate(answers(n)):
        for name in names:
            code = re.search(rf"^def {name}\(.*?(?=^\S|\Z)", source, re.M | re.S)
            rows.append(
                Row(f"l{i:05d}", TOPIC, name, 1, 1, Status.PASSED, code=code[0] if code else "")
            )
    begun, work = time.perf_counter(), used(resource.RUSAGE_SELF)
    found = similarity.alike(rows)
    return time.perf_counter() - begun, used(resource.RUSAGE_SELF) - work, len(found.clusters)


def used(whose: int) -> float:
    """The seconds of work so far."""
    usage = resource.getrusage(whose)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Print a line a class."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--marked", type=int, nargs="*", default=[20, 200, 2000])
    parser.add_argument("--compared", type=int, nargs="*", default=[400, 10_000])
    args = parser.parse_args()
    for what, sizes in ((compared, args.compared), (marked, args.marked)):
        for n in sizes:
            seconds, work, count = what(n)
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{what.__name__} {n:>6,}: {seconds:7.1f} s, {work:7.1f} s of work, {peak:6.0f} MB "
                f"at the peak, {count:,} {'clusters' if what is compared else 'passed'}",
                flush=True,
            )


if __name__ == "__main__":
    main()
