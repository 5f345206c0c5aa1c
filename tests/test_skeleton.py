"""``course new`` and ``course try``, on a copy of the smallest course."""

import shutil
import subprocess
import sys

import pytest

from utils.catalogue import ROOT


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    folder = tmp_path_factory.mktemp("course")
    without_caches = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "utils", folder / "utils", ignore=without_caches)
    for topic in ("start_here",):
        place = folder / "solutions" / topic
        shutil.copytree(ROOT / "solutions" / topic, place, ignore=without_caches)
    shutil.copy(ROOT / "solutions" / "__init__.py", folder / "solutions")
    for place in ("notebooks/00_start_here.ipynb", "tests/right_answers/start_here.py"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / place, folder / place)
    return folder


def run(course, *words):
    command = [sys.executable, "-c", "import sys; from utils.cli import main; sys.exit(main())"]
    return subprocess.run(
        [*command, *words], cwd=course, capture_output=True, text=True, check=False
    )


def test_a_new_chapter_is_whole(course):
    done = run(course, "new", "chapter", "07", "returns")
    assert done.returncode == 0, done.stderr
    assert (course / "notebooks" / "07_returns.ipynb").exists()
    tried = run(course, "try", "returns", "first_exercise")
    # What its author owes is said, and nothing else is wrong.
    assert tried.stdout.splitlines()[0] == "it has 1 misconceptions; five are wanted"
    assert "the reference fails" not in tried.stdout


def test_a_new_exercise_is_in_every_place(course):
    done = run(course, "new", "exercise", "start_here", "sum_of_sales")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == 7
    for line in done.stdout.splitlines()[:-1]:
        assert "sum_of_sales" in (course / line.removeprefix("wrote ")).read_text("utf-8")
    assert "check works" not in run(course, "try", "start_here", "sum_of_sales").stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["new", "exercise", "cooking", "soup"], "No topic 'cooking' has exercises"),
        (["new", "exercise", "start_here", "average_basket"], "has a function average_basket"),
        (["new", "exercise", "start_here", "Not A Name"], "is no name of a function"),
        (["new", "chapter", "00", "returns_two"], "Chapter 00 is start_here"),
        (["new", "chapter", "7", "returns_two"], "two digits"),
        (["try", "start_here", "soup"], "There is no exercise start_here soup"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(course, words, said):
    done = run(course, *words)
    assert done.returncode == 1 and said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_check_that_works_is_said_to(course):
    done = run(course, "try", "start_here", "average_basket")
    assert (done.returncode, done.stdout) == (0, "average_basket: the check works.\n")
