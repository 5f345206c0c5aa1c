"""Mark the same submissions of chapter 3 with ours, with nbgrader's autograder and Otter's runner.

    python tests/benchmarks/marking.py [--peers 10] [--ours 20 200]

Each marks the same answers on the same hidden inputs, from an export of its own: seven exercises of
the chapter. The eighth asks for a recommender of real data and computes for a second in every tool;
``--all`` adds it. Counted are the CPU seconds of the command and of everything that it starts, from
nothing to the written gradebook: our sandbox, its warm-up and the reports are in it, and where a
control group can count it (Linux, as root) all that bubblewrap starts.

The peers start a kernel for each submission, so that their cost a submission does not depend on how
many there are: they are run on the first few, ours on all.

``the answers alone`` is what no marker goes below: every answer is called on the same inputs and
judged in one process that is there already, without a sandbox, a message, a report or a second try.
Each tool's own cost is what it takes over that. ``a fork for each learner`` is the same, each in a
forked process: what no marker goes below that keeps learners apart. Whether the tools agree is
counted: the answers of each learner that pass as written.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import functools
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import _peers

if TYPE_CHECKING:
    from utils.exercises import Exercise

ROOT = _peers.ROOT
TOPIC = "collaborative_filtering"
SEED = 20
IMPORTS = "import math\n\nimport numpy as np\nimport pandas as pd\nfrom scipy import sparse"
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
OTTER = ("otter-grader", "ipykernel", "numpy", "pandas", "scipy", "matplotlib")
# What the peers' tests import: the cases as plain data, compared as ours are.
CASES = """
import json
from pathlib import Path

from utils.execution import plain
from utils.exercises import equality

STORED = json.loads(Path(__file__).with_name("cases.json").read_text("latin-1"))


def passed(name, answer):
    if name == "kill_cf":
        from solutions.collaborative_filtering import misconceptions, reference

        right = [reference.recommend, misconceptions.correct]
        wrong = list(misconceptions.PLANTED.values())
        caught = sum(not verdict(answer, fn) for fn in wrong)
        return all(verdict(answer, fn) for fn in right) and caught >= 8
    if name == "break_recommender":
        from solutions.collaborative_filtering import misconceptions

        def differs(defect):
            args = answer(defect)
            try:
                return not equality.close(
                    misconceptions.correct(*args), misconceptions.PLANTED[defect](*args)
                )
            except Exception:
                return True

        return all(differs(args[0]) for args, _ in cases(name))
    if name == "recommend_sparse":
        from solutions.collaborative_filtering.exercises import recommend_sparse as task

        return all(
            task.agrees(expected, task.adapter(answer, *args)) for args, expected in cases(name)
        )
    return all(equality.close(expected, answer(*args)) for args, expected in cases(name))


def cases(name):
    return [[plain.from_bytes(part.encode("latin-1")) for part in case] for case in STORED[name]]


def verdict(test, implementation):
    try:
        return bool(test(implementation))
    except Exception:
        return False
"""


def cpu_seconds(command: list[str], **options: object) -> tuple[float, float]:
    """CPU and wall seconds of a command and of all that it started."""
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
    env = {**os.environ, **threads, **options.pop("env", {})}  # type: ignore[dict-item]
    with control_group() as group:
        if group:
            command = ["sh", "-c", 'echo $$ >"$0/cgroup.procs" && exec "$@"', str(group), *command]
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        done = subprocess.run(command, env=env, capture_output=True, text=True, **options)  # type: ignore[call-overload]
        wall = time.perf_counter() - started
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        if group:
            statistics = dict(map(str.split, (group / "cpu.stat").read_text().splitlines()))
            used = int(statistics["usage_usec"]) / 1e6
    if done.returncode:
        print((done.stdout + done.stderr)[-1500:])
    return used, wall


@contextlib.contextmanager
def control_group() -> Iterator[Path | None]:
    """A control group of Linux of its own; None where this user may make none.

    What a process has used is told to who waits for it; nobody waits for what is killed with its
    name space, as all is that bubblewrap starts. The group counts that too.
    """
    mounts = Path("/proc/self/mounts")
    lines = mounts.read_text().splitlines() if mounts.exists() else []
    roots = [Path(line.split()[1]) for line in lines if line.split()[2] == "cgroup2"]
    group = roots[0] / f"marking-{os.getpid()}" if roots else None
    try:
        if group:
            group.mkdir()
    except OSError:
        group = None
    yield group
    if group:
        # What was killed is gone a moment later.
        for _ in range(100):
            with contextlib.suppress(OSError):
                group.rmdir()
                break
            time.sleep(0.1)


# ---- the submissions ------------------------------------------------------------------------


def answers(n: int, names: list[str]) -> list[dict[str, str]]:
    """Answers of ``n`` learners: four of five are right, and no two are written alike."""
    from utils.editions.source import Reference

    reference = Reference(ROOT / "solutions" / TOPIC / "reference.py")
    rng = random.Random(SEED)
    learners = []
    for i in range(n):
        shown: set[str] = set()
        mine = {}
        for name in names:
            source = reference.solution(name, shown)
            if rng.random() < 0.2:
                source = re.sub(r" ([-*@>]) ", " + ", source, count=3)
            # A line of her own, so that nothing that is marked once is found again.
            mine[name] = re.sub(r"\n(    return )", rf"\n    own = {i}\n\1", source)
        learners.append(mine)
    return learners


def code(source: str, **metadata: object) -> dict:
    return {
        "cell_type": "code",
        "id": f"c{abs(hash((source, str(metadata)))) % 10**10}",
        "metadata": metadata,
        "execution_count": None,
        "outputs": [],
        "source": source,
    }


def write(path: Path, cells: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}
    path.write_text(json.dumps(book))


def store_cases(folder: Path, names: list[str]) -> None:
    from utils import catalogue
    from utils.execution import plain
    from utils.exercises import attempt

    stored = {}
    for name in names:
        task = catalogue.load(TOPIC)[name]
        if name == "kill_cf":
            continue
        asked = attempt.sheet(task, SEED)
        rows = ((case.args, asked.expected(case)) for case in asked.cases)
        stored[name] = [
            [
                plain.to_bytes(args).decode("latin-1"),
                plain.to_bytes(outcome.value).decode("latin-1"),
            ]
            for args, outcome in rows
        ]
    (folder / "cases.json").write_text(json.dumps(stored), "latin-1")
    (folder / "cases.py").write_text(CASES)


def write_otter_tests(folder: Path, names: list[str]) -> None:
    folder.mkdir()
    for name in names:
        case = f">>> from cases import passed\n>>> passed({name!r}, {name})\nTrue"
        suite = {
            "cases": [{"code": case, "hidden": False, "locked": False}],
            "scored": True,
            "setup": "",
            "teardown": "",
            "type": "doctest",
        }
        test = {"name": name, "points": 1, "suites": [suite]}
        (folder / f"{name}.py").write_text(f"OK_FORMAT = True\ntest = {test!r}\n")


# ---- the tools ------------------------------------------------------------------------------

# CPU seconds, wall seconds, and how many answers of each learner pass as written.
Marked = tuple[float, float, list[int]]


def alone(learners: list[dict[str, str]], follow: bool = False) -> Marked:
    """Every answer called and judged in this process, which has imported everything.

    With ``follow``, one that fails and uses earlier answers once more with references in their
    place, as `course grade` does.
    """
    _prepare(tuple(learners[0]))
    before, started = time.process_time(), time.perf_counter()
    passed = [_passed(mine, follow) for mine in learners]
    return time.process_time() - before, time.perf_counter() - started, passed


def forked(mine: dict[str, str], follow: bool) -> float:
    """The CPU seconds of what `alone` does with one learner, in a process forked from this one."""
    _prepare(tuple(mine))
    pid = os.fork()
    if not pid:
        try:
            _passed(mine, follow)
        finally:
            os._exit(0)
    _, _, used = os.wait4(pid, 0)
    return used.ru_utime + used.ru_stime


@functools.cache
def _prepare(names: tuple[str, ...]) -> None:
    from utils import catalogue

    tasks = catalogue.load(TOPIC)
    for name in names:
        tasks[name].mark(tasks[name].reference, SEED)


def _passed(mine: dict[str, str], follow: bool) -> int:
    """How many answers of one learner pass as written."""
    from utils import catalogue

    tasks = catalogue.load(TOPIC)
    code = "\n".join([IMPORTS, *mine.values()])
    namespace: dict[str, object] = {}
    exec(code, namespace)
    passed = 0
    for place, name in enumerate(mine):
        right = _passes(tasks[name], namespace)
        passed += right
        earlier = [each for each in list(mine)[:place] if f"{each}(" in mine[name]]
        if follow and earlier and not right:
            again: dict[str, object] = {}
            exec(code, again)
            again.update({each: tasks[each].reference for each in earlier})
            _passes(tasks[name], again)
    return passed


def _passes(task: Exercise, namespace: dict[str, object]) -> bool:
    from utils.execution.runner import Runner

    run = Runner(namespace[task.name], task.adapter, task.implementations)  # type: ignore[arg-type]
    return task.judge([run(args) for args in task.inputs(SEED)], SEED).passed


def ours(folder: Path, learners: list[dict[str, str]], jobs: int) -> Marked:
    for i, mine in enumerate(learners):
        cells = [code(IMPORTS), *map(code, mine.values())]
        write(folder / "ours" / f"learner{i:03d}.ipynb", cells)
    program = "import sys; from utils.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, "grade", str(folder / "ours")]
    command += ["--out", str(folder / "report"), "--jobs", str(jobs), "--seed", str(SEED)]
    with control_group() as group:
        counted = group is not None
    # Without a group what bubblewrap starts is not counted: Landlock and seccomp have to do.
    env = {} if counted else {"PATH": str(Path(sys.executable).parent)}
    used = cpu_seconds([*command, "--chapter", "03"], cwd=ROOT, env=env)
    passed = dict.fromkeys((f"learner{i:03d}" for i in range(len(learners))), 0)
    for line in (folder / "report" / "results.jsonl").read_text().splitlines():
        row = json.loads(line)["row"]
        # With the reference in place of an earlier answer is not as written.
        followed = any("Follow-through" in note for note in row["notes"])
        passed[row["learner"]] += row["status"] == "passed" and not followed
    return *used, list(passed.values())


def nbgrader(folder: Path, learners: list[dict[str, str]]) -> Marked:
    python = _peers.environment("nbgrader", "numpy", "pandas", "scipy", "matplotlib")
    command = str(python.parent / "nbgrader")
    course = folder / "nbgrader"
    names = list(learners[0])

    def cells(mine: dict[str, str], graded: bool) -> list[dict]:
        found = [code(IMPORTS)]
        for name in names:
            kind = {"schema_version": 3, "grade": False, "locked": False, "solution": True}
            kind |= {"grade_id": name, "task": False}
            found.append(code(mine[name], nbgrader=kind))
            kind = {"schema_version": 3, "grade": True, "locked": True, "solution": False}
            kind |= {"grade_id": f"test_{name}", "points": 1, "task": False}
            found.append(
                code(f"from cases import passed\nassert passed({name!r}, {name})", nbgrader=kind)
            )
        return found

    stubs = {
        name: f"def {name}(*args):\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION"
        for name in names
    }
    write(course / "source" / "ch" / "ch.ipynb", cells(stubs, True))
    for i, mine in enumerate(learners):
        write(course / "submitted" / f"learner{i:03d}" / "ch" / "ch.ipynb", cells(mine, True))
    (course / "nbgrader_config.py").write_text(
        "c = get_config()\nc.CourseDirectory.course_id = 'c'\nc.ExecutePreprocessor.timeout = 60\n"
    )
    env = {
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        "PATH": f"{python.parent}:{os.environ['PATH']}",
    }
    cpu_seconds([command, "generate_assignment", "ch"], cwd=course, env=env)
    used = cpu_seconds([command, "autograde", "ch"], cwd=course, env=env)
    made = len(list((course / "autograded").glob("*/ch/ch.ipynb")))
    assert made == len(learners), f"nbgrader marked {made}"
    cpu_seconds([command, "export"], cwd=course, env=env)
    with open(course / "grades.csv", newline="") as file:
        score = {row["student_id"]: int(float(row["score"])) for row in csv.DictReader(file)}
    return *used, [score[f"learner{i:03d}"] for i in range(len(learners))]


def otter(folder: Path, learners: list[dict[str, str]]) -> Marked:
    python = _peers.environment(*OTTER)
    course = folder / "otter"
    course.mkdir()
    write_otter_tests(course / "tests", list(learners[0]))
    with zipfile.ZipFile(course / "autograder.zip", "w") as file:
        file.writestr("otter_config.json", json.dumps({"lang": "python"}))
        for test in (course / "tests").iterdir():
            file.write(test, f"tests/{test.name}")
    env = {
        "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}",
        "PATH": f"{python.parent}:{os.environ['PATH']}",
    }
    total = wall = 0.0
    scores = []
    for i, mine in enumerate(learners):
        path = course / f"learner{i:03d}.ipynb"
        write(path, [code(IMPORTS), *map(code, mine.values())])
        out = course / f"out{i:03d}"
        out.mkdir()
        command = [
            str(python.parent / "otter"),
            "run",
            str(path),
            "-a",
            str(course / "autograder.zip"),
        ]
        used, passed = cpu_seconds([*command, "-o", str(out)], cwd=course, env=env)
        assert (out / "results.json").exists(), f"Otter did not mark {path.name}"
        tests = json.loads((out / "results.json").read_text())["tests"]
        scores.append(sum(test.get("score", 0) == 1 for test in tests if test["name"] in mine))
        total, wall = total + used, wall + passed
    return total, wall, scores


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", type=int, default=10)
    parser.add_argument("--ours", type=int, nargs="+", default=[20, 200])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--all", action="store_true", help="the exercise on real data too")
    args = parser.parse_args()
    from utils import catalogue

    names = list(catalogue.load(TOPIC))[: None if args.all else -1]
    learners = answers(max(args.peers, *args.ours), names)
    print(_peers.machine())
    print(
        f"{'tool':<22}{'submissions':>12}{'CPU s each':>12}{'wall s each':>13}{'of it its own':>15}"
    )
    marked = alone(learners[: args.peers])
    work = marked[0] / args.peers
    _show("the answers alone", args.peers, marked, work)
    if hasattr(os, "fork"):
        _show_forks(learners[: args.peers])
    rows = []
    for n in args.ours:
        with tempfile.TemporaryDirectory() as folder:
            rows.append((n, ours(Path(folder), learners[:n], args.jobs)))
        _show("course grade", *rows[-1], work)
        for follow, what in ((False, "called once"), (True, "and once more to follow through")):
            times = rows[-1][1][0] / alone(learners[:n], follow)[0]
            measure = f"times the CPU of the answers alone, {what}"
            print(f"  {times:.2f} {measure}", flush=True)
            _peers.report(f"mark {n} submissions of chapter 3", measure, quality=(times, None))
    with tempfile.TemporaryDirectory() as folder:
        one = ours(Path(folder), learners[:1], args.jobs)
    print(f"  one submission from nothing to its report: {one[1]:.1f} s by the clock")
    single = "mark 1 submission of chapter 3", "from nothing to its report"
    _peers.report(*single, seconds=(one[1], None))
    for name, tool in (("nbgrader autograde", nbgrader), ("otter run", otter)):
        try:
            theirs = _marked_by(tool, learners[: args.peers], names)
            their_one = _marked_by(tool, learners[:1], names)
        except Exception as error:
            print(f"{name:<22} did not run ({type(error).__name__}: {error})")
            continue
        _show(name, args.peers, theirs, work)
        print(f"  one submission from nothing to its mark: {their_one[1]:.1f} s by the clock")
        _peers.report(*single, name, seconds=(one[1], their_one[1]))
        for n, mine in rows:
            same = sum(a == b for a, b in zip(mine[2], theirs[2], strict=False))
            each = mine[0] / n, theirs[0] / args.peers
            own = each[0] - work, each[1] - work
            print(
                f"  {each[1] / each[0]:.1f} times the CPU of course grade with {n}, "
                f"{own[1] / own[0]:.1f} times without the answers' own; "
                f"{same} of {min(n, args.peers)} learners have the same marks"
            )
            _peers.report(
                f"mark {n} submissions of chapter 3, CPU s each; less the answers' own, "
                f"{own[0]:.3f} and {own[1]:.3f}",
                f"learners with equal marks, of {min(n, args.peers)}",
                name,
                quality=(same, None),
                seconds=each,
            )


def _show_forks(learners: list[dict[str, str]]) -> None:
    """How much a fork for each learner costs, beside the same learner's answers a moment before."""
    for follow, what in ((False, "called once"), (True, "and once more to follow through")):
        each = [(forked(mine, follow), alone([mine], follow)[0]) for mine in learners]
        times = sum(one for one, _ in each) / sum(other for _, other in each)
        measure = f"times the CPU of the answers alone, {what}"
        print(f"  a fork for each learner, and nothing else: {times:.2f} {measure}", flush=True)
        question = f"a fork for each of {len(learners)} submissions of chapter 3, and nothing else"
        _peers.report(question, measure, quality=(times, None))


def _marked_by(
    tool: Callable[[Path, list[dict[str, str]]], Marked],
    learners: list[dict[str, str]],
    names: list[str],
) -> Marked:
    with tempfile.TemporaryDirectory() as folder:
        store_cases(Path(folder), names)
        return tool(Path(folder), learners)


def _show(name: str, n: int, marked: Marked, work: float) -> None:
    used, wall, _ = marked
    print(
        f"{name:<22}{n:>12}{used / n:>12.3f}{wall / n:>13.3f}{used / n - work:>15.3f}", flush=True
    )


if __name__ == "__main__":
    main()
