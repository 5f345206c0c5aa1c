"""What a learner has passed, and that nothing of it is lost."""

import errno
import subprocess
import sys

import pytest

from utils import catalogue, cli, files, progress
from utils.catalogue import ROOT
from utils.exercises import Mark


@pytest.fixture
def record(tmp_path, monkeypatch):
    file = tmp_path / "progress.jsonl"
    monkeypatch.setenv("COURSE_PROGRESS", str(file))
    return file


def mark(points, exercise="recommend"):
    return Mark(exercise, points, 4.0)


def test_best_result_counts(record):
    for points in (1.0, 4.0, 2.0):
        progress.record("collaborative_filtering", mark(points))
    assert progress.best(progress.events()) == {("collaborative_filtering", "recommend"): 4.0}


def test_damaged_lines_lose_nothing_else(record):
    progress.record("collaborative_filtering", mark(4.0))
    with record.open("ab") as file:
        file.write(b'{"time": "2026\n\xff\xfe\n[1]\n{}\n{"points": "x"}\nnull\n')
    progress.record("collaborative_filtering", mark(2.0, "predict_rating"))
    assert [event.points for event in progress.events()] == [4.0, 2.0]


def test_a_line_cut_short_costs_no_other(record):
    progress.record("collaborative_filtering", mark(4.0))
    with record.open("r+b") as file:
        file.truncate(record.stat().st_size - 2)
    progress.record("collaborative_filtering", mark(2.0))
    assert [event.points for event in progress.events()] == [2.0]


def test_exercises_that_no_longer_exist_do_no_harm(record):
    progress.record("collaborative_filtering", mark(4.0, "renamed_since"))
    progress.record("given_up", mark(4.0))
    assert sum(chapter.points for chapter in progress.of_chapters(progress.events())) == 0


WRITER = """
from utils import progress
from utils.exercises import Mark
for i in range(200):
    progress.record("collaborative_filtering", Mark("recommend", 1.0, 4.0, ("x" * i,)))
"""


def test_several_notebooks_may_write_at_once(record):
    writers = [subprocess.Popen([sys.executable, "-c", WRITER], cwd=ROOT) for _ in range(4)]
    assert [writer.wait() for writer in writers] == [0] * 4
    written = [event.failed_properties for event in progress.events()]
    assert sorted(written) == sorted([("x" * i,) for i in range(200)] * 4)


def test_bar_is_full_only_at_the_end():
    assert progress.bar(26.99, 27) != progress.bar(27, 27) == "█" * 20


def test_course_progress_prints_a_bar_a_chapter(record, capsys):
    progress.record("collaborative_filtering", mark(4.0))
    assert cli.main(["progress"]) == 0
    (row,) = [r for r in capsys.readouterr().out.splitlines() if "collaborative_filtering" in r]
    tasks = catalogue.load("collaborative_filtering")
    assert f"1 of {len(tasks)}" in row
    assert f"4 of {sum(task.points for task in tasks.values())}" in row
    assert "██░" in row


def test_outside_work_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.chdir(tmp_path)
    assert progress.path() is None


def test_a_learner_in_work_is_recorded(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(progress, "WORK", tmp_path / "work")
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    assert progress.path() == tmp_path / "work" / "progress.jsonl"


def test_a_solved_notebook_earns_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(progress, "WORK", tmp_path)
    (tmp_path / "solved").mkdir()
    monkeypatch.chdir(tmp_path / "solved")
    assert progress.path() is None


def test_a_record_that_is_a_folder_costs_no_card(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_PROGRESS", str(tmp_path))
    task = catalogue.load("start_here")["average_basket"]
    progress.record("start_here", task.mark(task.reference))
    assert "This check was not recorded" in capsys.readouterr().out
    assert progress.of_chapter("start_here", progress.events()).passed == 1
    assert cli.main(["progress"]) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1 and str(tmp_path) in said


def test_a_disk_that_fills_up_in_a_line_is_told(tmp_path, monkeypatch, capsys):
    """The system writes what fits and says how much that was; only the rest is an error."""
    written = []

    def fits(descriptor, left):
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(left[:9])
        return 9

    monkeypatch.setattr(files.os, "write", fits)
    with pytest.raises(OSError) as told:
        files.append(tmp_path / "lines.jsonl", {"key": "value"})
    assert told.value.filename == str(tmp_path / "lines.jsonl") and written == [b'{"key": "']
