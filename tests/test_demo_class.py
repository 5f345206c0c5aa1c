"""The class that nobody teaches: the same each time, and what it says about itself is so."""

import ast
import contextlib
import csv
import json
import os
import random
import subprocess
import sys
from collections import Counter

import pytest

from utils import catalogue
from utils.cli import main
from utils.editions import demo_class, rewording, standalone
from utils.exercises import BeatIt
from utils.exercises.proof import mark_of_ours
from utils.grading import free_text, submissions, times
from utils.grading.assignment import Assignment
from utils.grading.reading import Reader
from utils.grading.roster import Roster


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo") / "class"
    demo_class.write(30, folder)
    return folder


def truth(folder):
    with (folder / demo_class.TRUTH).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_same_seed_same_class(tmp_path):
    once, again, other = (tmp_path / name for name in ("once", "again", "other"))
    for folder in (once, again):
        demo_class.write(8, folder)
    demo_class.write(8, other, seed=2)
    names = sorted(path.name for path in once.iterdir())
    assert names == sorted(path.name for path in again.iterdir())
    for name in names:
        assert (once / name).read_bytes() == (again / name).read_bytes(), name
        assert (once / name).stat().st_mtime == (again / name).stat().st_mtime
    assert truth(once) != truth(other)


def test_the_same_in_another_process(tmp_path):
    for number in ("1", "2"):
        program = f"from utils.cli import main; main(['demo-class', '4', '--out', '{number}'])"
        run = [sys.executable, "-c", program]
        environment = os.environ | {"PYTHONHASHSEED": number, "PYTHONPATH": str(catalogue.ROOT)}
        subprocess.run(run, cwd=tmp_path, env=environment, check=True, capture_output=True)
    texts = [{p.name: p.read_bytes() for p in (tmp_path / n).iterdir()} for n in ("1", "2")]
    assert texts[0] == texts[1] and len(texts[0]) > 3


def test_an_assignment_says_the_chapter_and_when_it_is_due(tmp_path, capsys):
    file = tmp_path / "week.toml"
    file.write_text(
        'ask = ["00"]\ntime_zone = "Asia/Shanghai"\ndue = 2027-03-09T23:59:00\n'
        "[late]\npercent_a_day = 10\n",
        "utf-8",
    )
    out = tmp_path / "class"
    assert main(["demo-class", "12", "--assignment", str(file), "--out", str(out)]) == 0
    assert f"course grade {out} --assignment {file} --out report" in capsys.readouterr().out
    asked = Assignment.read(file)
    found = submissions.collect(out)
    roster = Roster({each.learner.key: each.learner for each in found})
    listed = times.read(out / times.SUBMITTED, roster, asked.zone)
    assert times.judge(found, asked, listed) == []
    late = {each.learner.key for each in found if each.lateness and each.lateness.days}
    assert late == {row["id"] for row in truth(out) if row["late"] == "1"} and late
    file.write_text('ask = ["00", "01"]\n', "utf-8")
    assert main(["demo-class", "3", "--assignment", str(file), "--out", str(out)]) == 1
    assert "asks of chapters 00, 01, and this takes one" in capsys.readouterr().err


def test_prose_is_found_where_it_is_said_to_be(classroom):
    asked = free_text.questions("collaborative_filtering")
    wanted = {
        (r["id"], r["exercise"]): r["answer"] for r in truth(classroom) if r["kind"] == "prose"
    }
    found = {}
    with contextlib.closing(Reader()) as reader:
        for each in submissions.collect(classroom)[:8]:
            texts = reader.read(each, ["collaborative_filtering"]).texts
            found |= {(each.learner.key, key): text for key, text in texts.items()}
    users = {user for user, _ in found}
    assert found.keys() == {place for place in wanted if place[0] in users} and len(users) > 2
    for (user, key), text in found.items():
        for point in asked[key.partition(".")[2]].criteria:
            there = point.name in wanted[user, key].split(", ")
            assert there == (point.full_marks[5:30] in text)


def test_it_holds_what_a_marker_has_to_stand(classroom):
    rows = truth(classroom)
    kinds = Counter(row["kind"] for row in rows)
    assert kinds["right"] > kinds["wrong"] > kinds["hostile"] > 0 and kinds["blank"]
    profiles = {row["profile"] for row in rows}
    assert profiles == {"strong", "weak", "copied", "blank", "absent", "hostile", "unreadable"}
    assert any(row["late"] == "1" for row in rows)


def test_marking_finds_everybody_and_the_version_that_counts(classroom):
    found = submissions.collect(classroom)
    by_key = {each.learner.key: each for each in found}
    rows = truth(classroom)
    assert set(by_key) == {row["id"] for row in rows}
    for row in rows:
        mine = by_key[row["id"]]
        assert len(mine.files) == (row["profile"] != "absent")
        assert any("handed in late" in note for note in mine.notes) == (row["late"] == "1")
    assert any("counts, as the latest" in note for each in found for note in each.notes)


def cells(folder, user):
    (path, *_) = sorted(folder.glob(f"*_{user}_*"), reverse=True)
    book = json.loads(path.read_text("utf-8"))
    return ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]


def functions(folder, user):
    """The functions of a notebook, after its imports."""
    namespace = {}
    for cell in cells(folder, user):
        try:
            body = ast.parse(cell).body
        except SyntaxError:
            continue
        kept = [n for n in body if isinstance(n, (ast.Import, ast.ImportFrom, ast.FunctionDef))]
        kept = [n for n in kept if not getattr(n, "module", "").startswith("utils")]
        exec(compile(ast.Module(kept, []), "cell", "exec"), namespace)
    return namespace


def test_answers_are_what_they_are_said_to_be(classroom):
    tasks = catalogue.load("collaborative_filtering")
    rows = [row for row in truth(classroom) if row["profile"] in ("strong", "weak")]
    users = sorted({row["id"] for row in rows})[:10]
    seen = Counter()
    for user in users:
        namespace = functions(classroom, user)
        for row in rows:
            if row["id"] != user or row["kind"] not in ("right", "wrong"):
                continue
            task = tasks[row["exercise"]]
            # A hold-out takes seconds, and memory is measured in a sandbox alone.
            if isinstance(task, BeatIt) or task.memory_mb:
                continue
            mark = mark_of_ours(task, namespace[row["exercise"]], 3)
            assert mark.passed == (row["kind"] == "right"), row
            seen[row["kind"]] += 1
            seen["named"] += mark.misconception == row["answer"]
    assert seen["right"] > 10 and seen["wrong"] > 5 and seen["named"] > 0.7 * seen["wrong"]


def test_a_copy_is_the_neighbours_under_other_names(classroom):
    rows = truth(classroom)
    names = {row["name"]: row["id"] for row in rows}
    copies = {row["id"]: names[row["copied_from"]] for row in rows if row["copied_from"]}
    assert copies
    for mine, theirs in copies.items():
        assert len(cells(classroom, mine)) == len(cells(classroom, theirs))


@pytest.mark.parametrize("topic", ["start_here", "user_value", "metric_diagnosis"])
def test_other_chapters_have_a_class_too(topic, tmp_path):
    number = catalogue.chapter(topic).number
    demo_class.write(12, tmp_path / "class", number)
    kinds = {row["kind"] for row in truth(tmp_path / "class")}
    assert {"right", "wrong"} <= kinds


def test_what_cannot_be_made_is_one_sentence(tmp_path, capsys):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    for arguments, said in (
        (["30", "--out", str(tmp_path / "taken")], "holds something"),
        (["30", "--out", str(tmp_path / "new"), "--chapter", "77"], "Chapter 77 has no exercises"),
        (["0", "--out", str(tmp_path / "new")], "A class of 0 cannot be made"),
    ):
        assert main(["demo-class", *arguments]) == 1
        assert said in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


# ---- rewording and taking out of a module ----


def ran(node, name):
    namespace = {}
    exec(ast.unparse(ast.fix_missing_locations(node)), namespace)
    return namespace[name]


def test_reworded_says_the_same():
    source = (
        "def f(values, limit):\n"
        "    if not values:\n        return []\n"
        "    kept = [v * 2 for v in values if v < limit]\n"
        "    total = sum(kept)\n"
        "    return [k / total for k in kept]"
    )
    node = ast.parse(source).body[0]
    written = set()
    for seed in range(20):
        other = rewording.reworded(node, random.Random(seed))
        written.add(ast.unparse(ast.fix_missing_locations(other)))
        f = ran(other, "f")
        assert f([1, 2, 9], 5) == [2 / 6, 4 / 6] and f([], 5) == []
    assert len(written) > 10


def test_taken_out_with_what_it_needs(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "from __future__ import annotations\nimport math\nimport json\nLIMIT: Unknown = 3\n\n\n"
        "def _helper(x: Unknown) -> Unknown:\n    return math.sqrt(x) + LIMIT\n\n\n"
        'def answer(x: Unknown):\n    """Feedback."""\n    return _helper(x)\n'
    )
    found = standalone.extract(path, "answer", "f")
    assert found.imports == ("import math",)
    text = ast.unparse(ast.fix_missing_locations(found.node))
    assert "Feedback" not in text and "Unknown" not in text
    namespace = {}
    exec("import math\n" + text, namespace)
    assert namespace["f"](4) == 5.0
    with pytest.raises(standalone.NotStandalone, match="no `def other`"):
        standalone.extract(path, "other", "f")
