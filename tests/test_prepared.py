"""What references did is kept for the next kernel, and never used when anything has changed."""

import os
import subprocess
import sys
import warnings

import numpy as np
import pytest

from utils import catalogue
from utils.catalogue import ROOT
from utils.execution import worker
from utils.exercises import BeatIt, attempt, prepared
from utils.exercises.attempt import Sheet

TOPIC, NAME = "user_value", "leak_audit"


@pytest.fixture
def exercise(monkeypatch):
    """An exercise whose sheet nobody has filled yet."""
    task = catalogue.load(TOPIC)[NAME]
    fresh = Sheet(task, prepared.SEED)
    monkeypatch.setattr(prepared, "sheet", lambda *_: fresh)
    return task, fresh


def test_what_is_kept_is_what_would_be_computed(exercise, tmp_path):
    task, fresh = exercise
    prepared.store(tmp_path, TOPIC, task)
    computed = [attempt.as_bytes(fresh.expected(case)) for case in fresh.cases]
    fresh._done.clear()
    prepared.load(tmp_path, TOPIC, task)
    kept = [fresh._done[task.reference, case] for case in fresh.cases]
    assert [attempt.as_bytes(outcome) for outcome in kept] == computed


def test_another_source_or_a_damaged_file_is_not_used(exercise, tmp_path, monkeypatch):
    task, fresh = exercise
    prepared.store(tmp_path, TOPIC, task)
    fresh._done.clear()
    (file,) = tmp_path.glob("*.zip")
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    prepared.load(tmp_path, TOPIC, task)
    assert fresh._done == {}
    file.write_bytes(whole)
    monkeypatch.setattr(prepared, "_digest", lambda topic: "another")
    prepared.load(tmp_path, TOPIC, task)
    assert fresh._done == {}
    prepared.store(tmp_path, TOPIC, task)
    assert [each.stem for each in tmp_path.glob("*.zip")] == [f"{NAME}-another"]


def test_a_file_kept_for_fewer_calls_is_not_used(exercise, tmp_path):
    task, fresh = exercise
    prepared.store(tmp_path, TOPIC, task)
    fresh._done.clear()
    fresh.cases = fresh.cases[:-1]
    prepared.load(tmp_path, TOPIC, task)
    assert fresh._done == {}


def test_a_topic_is_prepared_once_and_by_an_interpreter_of_its_own(tmp_path, monkeypatch):
    monkeypatch.setattr(prepared, "_preparing", started := {})
    for task in catalogue.load(TOPIC).values():
        if task.name != NAME:
            prepared._file(tmp_path, TOPIC, task).touch()
    prepared.begin(tmp_path, TOPIC)
    prepared.begin(tmp_path, TOPIC)
    assert started[TOPIC].wait(timeout=120) == 0
    assert prepared._missing(tmp_path, TOPIC) == []
    prepared.begin(tmp_path, TOPIC)
    assert list(started) == [TOPIC]


def test_what_is_prepared_already_starts_no_process(tmp_path, monkeypatch):
    monkeypatch.setattr(prepared, "_preparing", started := {})
    monkeypatch.setattr(prepared, "_missing", lambda folder, topic: [])
    prepared.begin(tmp_path, TOPIC)
    assert started == {}


@pytest.mark.parametrize("topic", ["personalised_recommendation", "segmentation_case"])
def test_what_a_notebook_does_about_odd_numbers_changes_nothing_of_ours(topic):
    for task in catalogue.load(topic).values():
        if isinstance(task, BeatIt):
            continue
        usual = attempt.sheet(task, prepared.SEED)
        with np.errstate(all="raise"), warnings.catch_warnings(action="error"):
            fresh = Sheet(task, prepared.SEED)
            done = [fresh.expected(case) for case in fresh.cases]
            assert task.judge(done, prepared.SEED).passed
        right = [usual.expected(case) for case in usual.cases]
        assert [*map(attempt.as_bytes, done)] == [*map(attempt.as_bytes, right)]


SHELL = """
import sys
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance()
from solutions.user_value import reference
from utils import check
print("jinja2" in sys.modules)
{wait}
feedback = check.check(reference.to_local_day)
print("jinja2" in sys.modules, check._template.is_alive(), feedback.mark.passed)
print("to_local_day" in feedback._repr_html_())
"""


@pytest.mark.parametrize(
    ("wait", "there"), [("check._template.join()", "True"), ("", "False")], ids=["later", "at once"]
)
def test_a_notebook_reads_the_template_of_the_card_after_its_first_cell(wait, there, tmp_path):
    program = SHELL.format(wait=wait)
    command = [sys.executable, "-c", program]
    env = os.environ | {"COURSE_PROGRESS": str(tmp_path / "p.jsonl"), "IPYTHONDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["False", there, "False", "True", "True"], done.stderr


FORKS = """
import os
from IPython.core.interactiveshell import InteractiveShell
InteractiveShell.instance()
from utils import check
print(check._template.is_alive())
if os.fork() == 0:
    os._exit(0)
os.wait()
print(check._template.is_alive())
"""


@pytest.mark.skipif(not worker.FORKS, reason="nothing is forked here")
def test_whoever_forks_has_no_thread_that_imports(tmp_path):
    command = [sys.executable, "-c", FORKS]
    env = os.environ | {"IPYTHONDIR": str(tmp_path)}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=120)
    assert done.stdout.split() == ["True", "False"], done.stderr
