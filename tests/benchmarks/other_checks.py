"""How long a learner waits here, and with Otter's `check` and Kaggle's `check()`.

    python tests/benchmarks/other_checks.py

The same answers to the exercises of chapter 3 without its beat-it: the reference and the first
known mistake, each in a fresh process that has imported everything, the first time and again.

The work is not the same. Otter and learntools compare what an answer returns on the drawn inputs
with stored values, in the learner's own process, and say right or wrong. Ours draws the inputs,
computes what is right, calls the answer where an endless loop can be stopped, tries the properties,
and looks among the known mistakes for the one that was made.

learntools is not installed: on the index of Python packages its name is somebody else's, and its
own set-up imports every course of Kaggle's. Its core is taken from the repository, and used alone.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
import time
import types
from contextlib import redirect_stdout
from pathlib import Path
from statistics import median

import _peers
import marking

LEARNTOOLS = "https://github.com/Kaggle/learntools", "8a8d4450a699c864febc419fb27ec41443a5942b"
OURS = ("ours", "ours, prepared")


# Each gives a function that shows the card and says whether the answer passes.


def ours(namespace: dict, task, folder: Path):
    """Our `check`, in a kernel that finds nothing prepared."""
    from utils import pages
    from utils.check import CARD, check

    # As a notebook does a second after its first cell.
    pages.prepare(CARD)

    def show() -> bool:
        feedback = check(namespace[task.name])
        return bool(feedback._repr_html_()) and feedback.mark.passed

    return show


def ours_prepared(namespace: dict, task, folder: Path):
    """Our `check`, where an earlier kernel has prepared the chapter."""
    from utils.exercises import prepared

    mine = ours(namespace, task, folder)

    def show() -> bool:
        prepared.load(folder, marking.TOPIC, task)
        return mine()

    return show


def otter(namespace: dict, task, folder: Path):
    """Otter's `check`, as a notebook shows it."""
    from otter import Notebook

    notebook = Notebook(tests_dir=str(folder / "tests"))

    def show() -> bool:
        results = notebook.check(task.name, global_env=namespace)
        return bool(results._repr_html_()) and results.score == results.possible

    return show


def learntools(namespace: dict, task, folder: Path):
    """Kaggle's `check()` of an exercise that is checked by a function of its author's."""
    # In place of the package, whose own import would load every course.
    package = types.ModuleType("learntools")
    package.__path__, package.__version__ = [str(folder / "learntools")], "core"
    sys.modules["learntools"] = package
    from cases import passed
    from learntools.core import CodingProblem, bind_exercises, binder

    class Problem(CodingProblem):
        _var = task.name

        def check(self, answer):
            assert passed(task.name, answer), "Incorrect"

    binder.bind(namespace)
    assert list(bind_exercises(namespace, [Problem])) == ["q1"]

    def show() -> bool:
        # It shows its card by itself: outside a notebook, as text.
        with redirect_stdout(io.StringIO()):
            namespace["q1"].check()
        return namespace["q1"]._last_outcome.name == "PASS"

    return show


MAKERS = {
    "ours": ours,
    "ours, prepared": ours_prepared,
    "otter check": otter,
    "learntools check": learntools,
}


def child(tool: str, name: str, kind: str, folder: str) -> None:
    """Print the milliseconds of the first and a later check, and whether both verdicts hold."""
    # What a notebook of the chapter has imported before.
    import numpy  # noqa: F401
    import pandas  # noqa: F401
    import scipy.sparse  # noqa: F401

    from utils import catalogue

    sys.path.insert(0, folder)
    # Otter writes its log where it is.
    os.chdir(folder)
    task = catalogue.load(marking.TOPIC)[name]
    answer = task.reference if kind == "right" else task.misconceptions[0]
    answer.__name__ = name
    show = MAKERS[tool]({name: answer}, task, Path(folder))
    waited, verdicts = [], []
    for _ in range(2):
        started = time.perf_counter()
        verdicts.append(show())
        waited.append(1000 * (time.perf_counter() - started))
    print()
    print(json.dumps([*waited, verdicts == 2 * [kind == "right"]]))


def core_of_learntools() -> Path | None:
    """The package as its repository has it, fetched once; None where that is out of reach."""
    address, commit = LEARNTOOLS
    folder = _peers.ROOT / "build" / "peers" / f"learntools-{commit[:12]}"
    if not (folder / "learntools" / "core").is_dir():
        git = ["git", "-C", str(folder)]
        folder.mkdir(parents=True, exist_ok=True)
        for command in (["init"], ["fetch", "--depth=1", address, commit], ["checkout", commit]):
            if subprocess.run([*git, *command], capture_output=True, check=False).returncode:
                return None
    return folder / "learntools"


def main() -> None:
    """Measure every tool on every answer, and report medians."""
    from utils import catalogue
    from utils.exercises import prepared

    tasks = list(catalogue.load(marking.TOPIC).values())[:-1]
    pythons: dict[str, Path | str] = dict.fromkeys(OURS, sys.executable)
    pythons["otter check"] = _peers.environment(*marking.OTTER)
    core = core_of_learntools()
    if core:
        pythons["learntools check"] = _peers.environment("ipython", "numpy", "pandas", "scipy")
    else:
        print("learntools cannot be fetched, and is left out")
    print(_peers.machine())
    print(f"{'exercise':<26}{'answer':<8}" + "".join(f"{tool:>22}" for tool in pythons) + "  ms")
    rows: dict[tuple[str, str], list] = {}
    with tempfile.TemporaryDirectory() as named:
        folder = Path(named)
        names = [task.name for task in tasks]
        marking.store_cases(folder, names)
        if core:
            (folder / "learntools").symlink_to(core)
        marking.write_otter_tests(folder / "tests", names)
        for task in tasks:
            prepared.store(folder, marking.TOPIC, task)
        for kind in ("right", "wrong"):
            for name in names:
                cells = ""
                for tool, python in pythons.items():
                    args = ("--child", tool, name, kind, folder)
                    row = _peers.measure(python, Path(__file__), *args)
                    rows.setdefault((kind, tool), []).append(row)
                    cells += f"{row[0]:14.0f}, {row[1]:6.0f}"
                print(f"{name:<26}{kind:<8}{cells}", flush=True)
    for kind in ("right", "wrong"):
        for tool in list(pythons)[len(OURS) :]:
            for mine in OURS:
                for place, when in enumerate(("first", "later")):
                    pair = rows[kind, mine], rows[kind, tool]
                    _peers.report(
                        f"seconds until the card of a {kind} answer, {when} check, {mine}, median",
                        f"verdicts that are right, of {len(tasks)}",
                        tool,
                        quality=tuple(sum(row[2] for row in each) for each in pair),
                        seconds=tuple(median(row[place] for row in each) / 1000 for each in pair),
                    )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
