"""The instructor's guide: each command in it does what the page says."""

import re
import shlex
import shutil
import subprocess
import sys

import pytest

from utils.catalogue import ROOT

GUIDE = (ROOT / "docs" / "instructors_guide.md").read_text("utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```console\n(.*?)```", GUIDE, re.S)
    for line in block.strip().splitlines()
]


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """A folder in which the commands are run, with the homework of one learner."""
    folder = tmp_path_factory.mktemp("classroom")
    (folder / "submissions").mkdir()
    name = "03_collaborative_filtering.ipynb"
    shutil.copy(ROOT / "notebooks" / name, folder / "submissions" / "ada.ipynb")
    return folder


def test_guide_has_commands():
    assert len(COMMANDS) >= 4


@pytest.mark.parametrize("command", COMMANDS)
def test_command_runs(classroom, command):
    program, *arguments = shlex.split(command)
    assert program == "course"
    run = [sys.executable, "-m", "utils.cli", *arguments]
    done = subprocess.run(run, cwd=classroom, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


def test_report_has_what_the_guide_speaks_of(classroom):
    for name in ("index.html", "gradebook.csv", "scores.csv"):
        assert (classroom / "report" / name).exists(), name
    assert "ada" in (classroom / "report" / "gradebook.csv").read_text("utf-8")
