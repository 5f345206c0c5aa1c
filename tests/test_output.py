"""The command anywhere: other encodings, a closed pipe, narrow and wide, without colour."""

import errno
import io
import os
import subprocess
import sys

import pytest
from rich.cells import cell_len

from utils import cli, files, output, progress
from utils.catalogue import ROOT
from utils.execution import worker
from utils.interview import terminal

COMMANDS = {
    "progress": ["progress"],
    "questions": ["questions", "--topic", "experiments_and_bandits", "--full"],
    "plan": ["review", "--plan"],
    "interview": ["interview", "--topic", "budget_allocation", "--seed", "1"],
}


@pytest.fixture
def run(tmp_path, monkeypatch):
    """What a command writes, as bytes, into a stream of any encoding."""
    monkeypatch.delenv("COURSE_PROGRESS", raising=False)
    monkeypatch.setattr(progress, "WORK", tmp_path)

    def called(command, typed="", encoding="utf-8", columns=80):
        shown = io.BytesIO()
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding))
        cli.main(command)
        sys.stdout.flush()
        return shown.getvalue()

    return called


@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "ascii"])
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_no_encoding_is_an_error(run, command, encoding):
    shown = run(command, "\n\ny\n", encoding).decode(encoding)
    assert len(shown) > 100
    if encoding == "gbk" and command[0] != "progress" and "--plan" not in command:
        assert any("\u4e00" <= letter <= "\u9fff" for letter in shown)


def test_greek_and_signs_are_spelled_out(run):
    command = ["questions", "--search", "multiplier", "--full"]
    shown = run(command, "", "ascii").decode("ascii")
    assert "lambda is the price of a dollar" in shown


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "utf-8"])
def test_bars_are_of_what_the_encoding_has(run, encoding):
    shown = run(["progress"], "", encoding).decode(encoding)
    assert ("░" in shown) == (encoding == "utf-8")
    assert ("...." in shown) == (encoding != "utf-8")


@pytest.mark.skipif(os.name == "nt", reason="the shell's pipe is another")
@pytest.mark.parametrize("command", ["questions --full"])
def test_a_closed_pipe_is_the_end_without_a_word(tmp_path, command):
    made = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m utils.cli {command} | head -3"],
        cwd=ROOT,
        env={**os.environ, "COURSE_WORK": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert made.stdout.count(b"\n") == 3
    assert made.stderr == b""


@pytest.mark.parametrize("columns", [60, 80, 200])
def test_nothing_is_hidden_at_any_width(run, columns):
    shown = run(["progress"], columns=columns).decode()
    assert all(len(line) <= columns for line in shown.splitlines())
    (row,) = [line for line in shown.splitlines() if line.startswith("09_risk_control")]
    assert "0 of 11" in row and "0 of 35" in row


@pytest.mark.parametrize("columns", [60, 120])
def test_chinese_wraps_by_cells(run, columns):
    shown = run(COMMANDS["interview"], columns=columns).decode()
    # A stream that is no terminal gets other corners; the sides are what counts.
    panel = [line for line in shown.splitlines() if line.startswith("│")]
    assert panel
    assert {cell_len(line) for line in panel} == {columns}


def test_no_colour_is_written_to_a_pipe(run):
    for command in COMMANDS.values():
        assert b"\x1b" not in run(command, "\n")


def test_a_stop_elsewhere_is_no_traceback(capsys):
    def stopped():
        raise KeyboardInterrupt

    assert output.until_closed(stopped) == 130
    assert capsys.readouterr().out == "\n"


# ---- what differs on Windows ----------------------------------------------------------------


def fails(error):
    def run():
        raise error

    return run


def test_a_closed_pipe_of_windows_is_the_end_without_a_word(monkeypatch, tmp_path):
    monkeypatch.setattr(output, "_WINDOWS", True)
    ended = []
    monkeypatch.setattr(os, "dup2", lambda *_: ended.append(True))
    with (tmp_path / "out").open("w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        assert output.until_closed(fails(OSError(errno.EINVAL, "Invalid argument"))) == 0
    assert ended == [True]


@pytest.mark.parametrize("windows", [True, False])
def test_another_failure_is_not_taken_for_a_closed_pipe(monkeypatch, windows):
    monkeypatch.setattr(output, "_WINDOWS", windows)
    for error in (
        OSError(errno.EINVAL, "Invalid argument", "a?.csv"),
        OSError(errno.ENOSPC, "No space left on device"),
    ):
        with pytest.raises(OSError, match=error.strerror):
            output.until_closed(fails(error))


def test_an_old_console_gets_no_commands_to_its_cursor(monkeypatch, capsys):
    monkeypatch.setattr(terminal, "detect_legacy_windows", lambda: True)
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    with terminal.clock(2):
        pass
    assert capsys.readouterr().out == "[2 min]\n"


def test_where_nothing_can_be_forked_an_answer_is_still_called(monkeypatch):
    monkeypatch.setattr(worker, "FORKS", False)
    for name in ("fork", "killpg", "setsid", "getuid", "geteuid"):
        monkeypatch.delattr(os, name)
    (done,) = worker.collect(lambda x: x + 1, [(1,)])
    assert done.value == 2


def test_lines_are_written_as_they_are(tmp_path):
    file = tmp_path / "lines.jsonl"
    files.append(file, {"a": "三"})
    files.append(file, {"a": 2})
    assert file.read_bytes() == '{"a": "三"}\n{"a": 2}\n'.encode()
    assert files.read(file) == [{"a": "三"}, {"a": 2}]
