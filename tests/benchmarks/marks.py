"""Every mark that answers of the repository earn, written down: what a rebuilt engine must keep.

    python tests/benchmarks/marks.py before.json
    python tests/benchmarks/marks.py after.json --against before.json

For each exercise the reference, misconceptions, right answers and answers that do nothing, on two
seeds (hold-outs on one). With ``--against`` it fails where points, failed properties or the named
misconception differ, and says how many marks were compared. Run by hand: it needs two trees.
"""

from __future__ import annotations

import argparse
import importlib.util
import inspect
import json
import sys
from pathlib import Path

from utils import catalogue
from utils.exercises import BeatIt
from utils.exercises.proof import NOTHING, mark_of_ours

SEEDS = (0, 1)


def right_answers(topic):
    """The right answers of a topic, written differently, by name."""
    path = catalogue.ROOT / "tests" / "right_answers" / f"{topic}.py"
    spec = importlib.util.spec_from_file_location(f"right_answers_{topic}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: each for name, each in vars(module).items() if inspect.isfunction(each)}


def answers(topic, task):
    """Every answer of the repository to an exercise, by what it is."""
    rights = right_answers(topic).items()
    return {
        "reference": task.reference,
        **{f"misconception {wrong.__name__}": wrong for wrong in task.misconceptions},
        **{f"right {name}": each for name, each in rights if name.split("__")[0] == task.name},
        **{f"nothing {name}": each for name, each in NOTHING.items()},
    }


def marks():
    """Points, misconception and failed properties by exercise, answer and seed."""
    rows = {}
    for topic in catalogue.topics():
        for task in catalogue.load(topic).values():
            for seed in SEEDS[:1] if isinstance(task, BeatIt) else SEEDS:
                for what, answer in answers(topic, task).items():
                    mark = mark_of_ours(task, answer, seed)
                    key = f"{topic} {task.name} {what} {seed}"
                    rows[key] = [mark.points, mark.misconception, list(mark.failed_properties)]
        print(topic, len(rows), file=sys.stderr, flush=True)
    return rows


def main():
    """Write the marks, and compare them where that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--against", type=Path)
    args = parser.parse_args()
    now = marks()
    args.out.write_text(json.dumps(now, indent=0))
    if not args.against:
        return 0
    before = json.loads(args.against.read_text())
    different = [key for key in now.keys() & before.keys() if now[key] != before[key][:3]]
    print(f"{len(now.keys() & before.keys())} marks compared, {len(different)} differ")
    print("\n".join(sorted(different)))
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
