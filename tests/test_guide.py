"""The instructor's guide: each command in it does what the page says, in the order of the page."""

import re
import shlex
import shutil
import subprocess
import sys

import pandas as pd
import pytest

from utils import catalogue
from utils.catalogue import ROOT
from utils.grading import assignment

GUIDE = (ROOT / "docs" / "instructors_guide.md").read_text("utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```console\n(.*?)```", GUIDE, re.S)
    for line in block.strip().splitlines()
]
(ADJUSTMENTS,) = re.findall(r"```text\n(learner,.*?)```", GUIDE, re.S)
(PANDAS,) = re.findall(r"```python\n(.*?)```", GUIDE, re.S)
VERBS = [
    "assignment new",
    "assignment check",
    "demo-class 30",
    "grade demo",
    "release",
    "export nbgrader",
    *["grade submissions"] * 4,
]
# A class of thirty is no other than one of four.
SMALLER = {"30": "4"}


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """A folder in which the commands are run, with the homework of one learner."""
    folder = tmp_path_factory.mktemp("classroom")
    (folder / "submissions").mkdir()
    name = "03_collaborative_filtering.ipynb"
    shutil.copy(ROOT / "notebooks" / name, folder / "submissions" / "ada.ipynb")
    (folder / "submissions" / "adjustments.csv").write_text(ADJUSTMENTS, "utf-8")
    return folder


def test_guide_goes_through_the_week():
    said = [command.partition("course ")[2] for command in COMMANDS]
    for command, verb in zip(said, VERBS, strict=False):
        assert command.startswith(verb), (command, verb)
    assert len(said) > len(VERBS)


@pytest.mark.parametrize("command", COMMANDS)
def test_command_runs(classroom, command):
    program, *arguments = shlex.split(command)
    assert program == "course"
    if arguments[0] == "demo-class":
        arguments[1] = SMALLER[arguments[1]]
    run = [sys.executable, "-m", "utils.cli", *arguments]
    done = subprocess.run(run, cwd=classroom, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_report_has_what_the_guide_speaks_of(classroom):
    for name in ("index.html", "gradebook.csv", "scores.csv", "scores_moodle.csv", "learners"):
        assert (classroom / "report" / name).exists(), name
    assert not (
        classroom / "handout" / "solutions" / "collaborative_filtering" / "reference.py"
    ).exists()


def test_files_are_read_in_three_lines(classroom, monkeypatch):
    monkeypatch.chdir(classroom)
    assert len([line for line in PANDAS.splitlines() if line]) == 3
    names = {}
    exec(PANDAS, names)
    scores, gradebook = names["scores"], names["gradebook"]
    assert list(scores.index) == ["ada"] and scores.columns[-1] == "week 03"
    mine = gradebook[gradebook.learner == "ada"].set_index("exercise")
    # A stub earns nothing; what is there was given by hand.
    assert scores.loc["ada", "week 03"] == mine.points.sum() == 3
    assert mine.loc["predict_rating", "by"] == "Dr Li"
    assert mine.loc["predict_rating", "marked"] == 0
    assert list(mine.index) == assignment.chosen("03 neighbours")
    assert pd.isna(mine.loc["top_k_neighbours", "comment"])


def test_table_of_weeks_is_what_the_command_takes():
    rows = re.findall(r"^\| (\d+) \| (\d\d) [^|]*\|[^|]*\| ([^|]*) \|$", GUIDE, re.M)
    table = {int(week): re.findall(r"`([^`]+)`", asked) for week, _, asked in rows}
    assert table == assignment.weeks()
    numbers = {catalogue.chapter(topic).number for topic in catalogue.topics()} - {"00"}
    assert {number for _, number, _ in rows} == numbers


def test_minutes_of_a_week_are_what_the_guide_says():
    tasks = {n: t for topic in catalogue.topics() for n, t in catalogue.load(topic).items()}
    for week, asked in assignment.weeks().items():
        minutes = sum(tasks[name].minutes for word in asked for name in assignment.chosen(word))
        assert 30 <= minutes <= 90, week


def test_every_key_of_an_assignment_is_explained():
    for key in (*assignment.TOP, *assignment.LATE, *assignment.ATTEMPTS):
        if key != "title":
            assert re.search(rf"\b{key}\b", GUIDE), key
