"""Course folders for nbgrader and Otter: their own commands mark as ours does, and learn no answer.

The two are no part of the course: ``COURSE_PEERS_PYTHON`` names the Python of an environment that
has nbgrader, otter-grader and what answers are written with.
"""

import ast
import csv
import functools
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import nbformat
import pytest

from utils import catalogue
from utils.cli import main
from utils.editions import demo_class, export
from utils.editions.source import exercise_name
from utils.exercises import stored_cases
from utils.exercises.proof import mark_of_ours
from utils.grading import grade
from utils.grading.assignment import Assignment
from utils.grading.sandbox import confinement

TOPIC = "collaborative_filtering"
CHAPTER = catalogue.chapter(TOPIC)
PEERS = os.environ.get("COURSE_PEERS_PYTHON", "")
needs_peers = pytest.mark.skipif(
    not PEERS or not confinement.available().enough,
    reason="COURSE_PEERS_PYTHON names no environment with nbgrader and Otter",
)


@functools.cache
def taken(topic):
    tasks = catalogue.load(topic).values()
    return {each.task.name: each for each in export.portable(catalogue.chapter(topic), tasks)}


# ---- what is stored ----


@pytest.mark.parametrize("topic", [TOPIC, "risk_control", "user_value"])
def test_stored_cases_give_the_marks_of_ours(topic, tmp_path, monkeypatch):
    # Some properties import from the package that goes along.
    export._write_package(tmp_path / export.PACKAGE)
    monkeypatch.syspath_prepend(tmp_path)
    compared = Counter()
    for name, each in taken(topic).items():
        if each.by_hand or each.task.seconds > 5:
            continue
        stored = stored_cases.unpacked(stored_cases.packed(each.hidden))
        right = export.right_answers(topic).get(name, [])
        # A third of the wrong ones, the same each time.
        for answer in [each.task.reference, *right[:3], *each.task.misconceptions[::3]]:
            mark = mark_of_ours(each.task, answer, export.SEED)
            judged = stored_cases.judge(stored, answer)
            passed = all(judged.held.values()) and judged.points == mark.max_points
            exact = not each.left_out and not each.by_value
            if exact:
                assert judged.points == pytest.approx(mark.points), (name, answer.__name__)
            if exact or mark.passed:
                assert passed == mark.passed, (name, answer.__name__)
            compared[mark.passed] += 1
    assert compared[True] > 10 and compared[False] > 20


def test_most_exercises_that_are_functions_can_be_taken():
    by_hand = {name for name, each in taken(TOPIC).items() if each.by_hand}
    assert by_hand == {"break_recommender", "kill_cf", "recommend_new_items"}


def test_endless_calls_end():
    stored = {**taken(TOPIC)["top_k_neighbours"].hidden, "seconds": 0.1}

    def endless(*args):
        while True:
            pass

    judged = stored_cases.judge(stored, endless)
    assert judged.points == 0 and "did not finish" in judged.first_wrong


def test_examples_say_what_is_wrong():
    each = taken(TOPIC)["top_k_neighbours"]
    text = stored_cases.packed(each.seen)
    with pytest.raises(AssertionError, match=r"(?s)top_k_neighbours\(.*\nexpected .*\ngot "):
        stored_cases.check_examples(text, lambda *args: [99])
    stored_cases.check_examples(text, each.task.reference)


# ---- what is written ----


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """A course folder for each system."""
    root = tmp_path_factory.mktemp("export")
    for system in export.SYSTEMS:
        export.export(system, CHAPTER.number, root / system)
    return root


def functions(source):
    return {
        ast.dump(ast.Module(node.body[1:] or node.body, []))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.parametrize("system", export.SYSTEMS)
def test_no_reference_is_shipped(folders, system):
    there = set()
    for path in (folders / system).rglob("*"):
        if path.suffix == ".py":
            there |= functions(path.read_text("utf-8"))
        elif path.suffix == ".ipynb":
            for cell in nbformat.read(path, as_version=4).cells:
                if cell.cell_type == "code":
                    there |= functions(cell.source)
    for each in taken(TOPIC).values():
        codes = [each.hidden.get("agrees"), each.hidden.get("adapter")]
        codes += [c["holds"] for c in each.hidden.get("criteria", {}).values()]
        there |= set().union(*(functions(code) for code in codes if code))
    for name in ("reference", "misconceptions"):
        text = (CHAPTER.folder / f"{name}.py").read_text("utf-8")
        for body in functions(text):
            assert len(body) < 200 or body not in there, body[:200]


@pytest.mark.parametrize("system", export.SYSTEMS)
def test_what_goes_along_needs_nothing_of_ours(folders, system):
    (package,) = (folders / system).rglob(export.PACKAGE)
    program = (
        f"import sys; sys.path.insert(0, {str(package.parent)!r})\n"
        "sys.meta_path = [f for f in sys.meta_path if 'ditable' not in repr(f)]\n"
        f"from {export.PACKAGE} import stored_cases\n"
        "assert not any(n.split('.')[0] in ('utils', 'solutions') for n in sys.modules)"
    )
    run = [sys.executable, "-I", "-c", program]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_readme_says_what_is_not_tried(folders):
    for system in export.SYSTEMS:
        said = (folders / system / "README.md").read_text("utf-8")
        assert "kill_cf" in said and "ties_by_number" in said and "memory" in said


def test_what_cannot_be_exported_is_one_sentence(tmp_path, capsys):
    new = str(tmp_path / "new")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    for arguments, said in (
        (["okpy", "03", "--out", new], "no export for okpy: choose nbgrader or otter"),
        (["otter", "77", "--out", new], "Chapter 77 has no exercises"),
        (["otter", "03", "--out", str(tmp_path / "taken")], "holds something"),
        (["otter", "03", "--out", new, "--exercise", "x"], "has no exercise x: choose of"),
    ):
        assert main(["export", *arguments]) == 1
        assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_an_assignment_says_which_exercises_and_their_points(tmp_path, capsys):
    file = tmp_path / "week.toml"
    file.write_text(
        'ask = ["03 neighbours"]\nleave_out = ["recommend"]\n[points]\nkill_cf = 7\n'
        "top_k_neighbours = 2.5\n",
        "utf-8",
    )
    said = ["--assignment", str(file), "--out", str(tmp_path / "course")]
    assert main(["export", "nbgrader", *said]) == 0
    (path,) = (tmp_path / "course" / "source").rglob("*.ipynb")
    cells = [cell.metadata.get("nbgrader", {}) for cell in nbformat.read(path, as_version=4).cells]
    points = {c["grade_id"].removeprefix("hidden-"): c["points"] for c in cells if c.get("points")}
    own = {q.exercise: q.points for q in Assignment.read(file).questions}
    assert points == own and own["kill_cf"] == 7 and "recommend" not in own
    capsys.readouterr()
    file.write_text('ask = ["02 split", "03 neighbours"]\n', "utf-8")
    assert main(["export", "otter", *said[:3], str(tmp_path / "other")]) == 1
    assert "week asks of chapters 02, 03, and this takes one chapter" in capsys.readouterr().err
    assert main(["export", "otter", "--out", str(tmp_path / "other")]) == 1
    assert "Say what to export" in capsys.readouterr().err


# ---- their own commands ----


def handed_in(template, answered):
    """A notebook of theirs with the answers of a notebook of ours."""
    answers, imports = {}, []
    names = set(catalogue.load(TOPIC))
    for cell in answered.cells:
        found = re.search(r"^def (\w+)", cell.source, re.MULTILINE)
        if cell.cell_type == "code" and found and found[1] in names:
            answers[found[1]] = cell.source
        elif cell.get("id", "").startswith("imports-"):
            imports.append(cell.source)
    book = nbformat.from_dict(json.loads(json.dumps(template)))
    for cell in book.cells:
        name = exercise_name(cell)
        if name in answers:
            cell.source = answers[name]
    first = next(cell for cell in book.cells if cell.source.startswith("import math"))
    first.source = "\n".join([first.source, *imports])
    return book


def run(folder, *command):
    bin_folder = Path(PEERS).parent
    env = {**os.environ, "PATH": f"{bin_folder}{os.pathsep}{os.environ['PATH']}"}
    env.pop("PYTHONPATH", None)
    run = [str(bin_folder / command[0]), *command[1:]]
    return subprocess.run(run, cwd=folder, env=env, capture_output=True, text=True, check=False)


def by_nbgrader(course, learners):
    """Points of each learner and exercise."""
    done = run(course, "nbgrader", "generate_assignment", TOPIC)
    assert done.returncode == 0, done.stderr
    name = f"{CHAPTER.stem}.ipynb"
    release = nbformat.read(course / "release" / TOPIC / name, as_version=4)
    text = nbformat.writes(release)
    assert "BEGIN HIDDEN" not in text and "stored_cases.points" not in text
    assert "check_examples" in text and "yours to write" in text
    for learner, answered in learners.items():
        folder = course / "submitted" / learner / TOPIC
        folder.mkdir(parents=True)
        nbformat.write(handed_in(release, answered), folder / name)
    done = run(course, "nbgrader", "autograde", TOPIC)
    found = {}
    program = (
        "import json; from nbgrader.api import Gradebook\n"
        f"with Gradebook('sqlite:///gradebook.db', {TOPIC!r}) as gb:\n"
        f"    handed_in = gb.assignment_submissions({TOPIC!r})\n"
        "    books = [(s.student.id, n) for s in handed_in for n in s.notebooks]\n"
        "    rows = [(who, g.name, g.auto_score) for who, n in books for g in n.grades]\n"
        "print(json.dumps(rows))"
    )
    said = run(course, "python", "-c", program)
    assert said.returncode == 0, said.stderr
    for learner, cell, score in json.loads(said.stdout.splitlines()[-1]):
        if cell.startswith("hidden-"):
            found[learner, cell.removeprefix("hidden-")] = score
    marked = {p.parent.parent.name for p in (course / "autograded").glob(f"*/{TOPIC}/{name}")}
    return {key: value for key, value in found.items() if key[0] in marked}, done


def by_otter(course, learners):
    """Points of each learner and exercise."""
    name = f"{CHAPTER.stem}.ipynb"
    done = run(course, "otter", "assign", name, "dist", "--no-run-tests")
    assert done.returncode == 0, done.stdout + done.stderr
    student = nbformat.read(course / "dist" / "student" / name, as_version=4)
    assert not list((course / "dist" / "student").rglob("hidden"))
    (archive,) = (course / "dist" / "autograder").glob("*.zip")
    found = {}
    for learner, answered in learners.items():
        # Otter finds no notebook under another name than the one it handed out.
        path = course / "submitted" / learner / name
        path.parent.mkdir(parents=True)
        nbformat.write(handed_in(student, answered), path)
        out = course / f"results-{learner}"
        out.mkdir()
        done = run(course, "otter", "run", str(path), "-a", str(archive), "-o", str(out))
        if not (out / "results.json").exists():
            continue
        tests = json.loads((out / "results.json").read_text("utf-8"))["tests"]
        for test in tests:
            if test["name"] in catalogue.load(TOPIC):
                found[learner, test["name"]] = test["score"]
    return found, done


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    """A class that was marked by ours, and its notebooks by learner."""
    root = tmp_path_factory.mktemp("class")
    demo_class.write(int(os.environ.get("COURSE_PEERS_CLASS", "8")), root / "in", CHAPTER.number)
    ours = grade.grade(
        root / "in",
        root / "out",
        chapters=[CHAPTER.number],
        seed=export.SEED,
        progress=False,
    )
    learners = {}
    for each in ours.submissions:
        for file in each.files:
            try:
                learners[each.learner.key] = nbformat.reads(file.content().decode(), as_version=4)
            except Exception:
                continue
    return ours, learners


@needs_peers
@pytest.mark.parametrize("system", export.SYSTEMS)
def test_their_commands_pass_the_answers_that_ours_passes(folders, marked, system):
    ours, learners = marked
    by = by_nbgrader if system == "nbgrader" else by_otter
    theirs, done = by(folders / system, learners)
    rows = [
        (row, theirs[row.learner, row.exercise])
        for row in ours.rows
        if (row.learner, row.exercise) in theirs
    ]
    assert len({row.learner for row, _ in rows}) >= 0.7 * len(learners), done.stderr[-2000:]
    # With the reference in place of an earlier answer is not as written.
    rows = [(r, s) for r, s in rows if not any("Follow-through" in note for note in r.notes)]
    different = [
        (row.learner, row.exercise, row.status, row.points, score)
        for row, score in rows
        if (row.status == "passed") != (score is not None and abs(score - row.max_points) < 0.01)
    ]
    if out := os.environ.get("COURSE_PEERS_TABLE"):
        with open(f"{out}_{system}.csv", "w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(
                (r.learner, r.exercise, r.status, r.points, s) for r, s in rows
            )
    assert not different
