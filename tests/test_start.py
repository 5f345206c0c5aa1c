"""start.py: the environment, the learner's copies, and what goes wrong."""

import ast
import errno
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from utils.catalogue import ROOT


@pytest.fixture
def start(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("start", ROOT / "start.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name in ("LOCK", "NOTEBOOKS", "SOLVED", "WORK", "COPIES", "VENV", "PYTHON", "STAMP"):
        inside = getattr(module, name).relative_to(ROOT)
        monkeypatch.setattr(module, name, tmp_path / inside)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    (tmp_path / "requirements.lock").write_text("numpy==2\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "03_a.ipynb").write_text("one")
    return module


# ---- the environment ----


def test_old_python_can_read_it():
    ast.parse((ROOT / "start.py").read_text("utf-8"), feature_version=(3, 7))


def test_old_python_is_told_in_one_sentence():
    code = (
        "import sys, runpy; sys.version_info = (3, 9, 1); "
        f"runpy.run_path({str(ROOT / 'start.py')!r}, run_name='__main__')"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert said.returncode == 1
    assert said.stdout == ""
    assert said.stderr.strip().count("\n") == 0
    assert "needs Python 3.11 or newer, and this is Python 3.9" in said.stderr


def fake_environment(start, monkeypatch):
    """Everything but the installing, which the test of the whole repository does."""
    made = []

    def create(path, **options):
        path.mkdir(exist_ok=True)
        start.PYTHON.parent.mkdir(exist_ok=True, parents=True)
        start.PYTHON.touch()

    monkeypatch.setattr(start.venv, "create", create)
    monkeypatch.setattr(start, "_installer", lambda: ["installer"])
    monkeypatch.setattr(start, "_install", made.append)
    return made


def test_second_start_installs_nothing(start, monkeypatch):
    made = fake_environment(start, monkeypatch)
    start.make_environment()
    assert len(made) == 2
    start.make_environment()
    assert len(made) == 2


def test_changed_lock_makes_it_anew(start, monkeypatch):
    made = fake_environment(start, monkeypatch)
    start.make_environment()
    start.LOCK.write_text("numpy==3\n")
    start.make_environment()
    assert len(made) == 4


def test_half_made_environment_is_made_anew(start, monkeypatch):
    made = fake_environment(start, monkeypatch)

    def fails(command):
        raise start.CannotStart("no")

    monkeypatch.setattr(start, "_install", fails)
    with pytest.raises(start.CannotStart):
        start.make_environment()
    # It is known for ours, by who made it.
    assert start.STAMP.read_text() == str(os.getpid())
    monkeypatch.setattr(start, "_install", made.append)
    start.make_environment()
    assert len(made) == 2
    assert start.STAMP.read_text() == start.fingerprint()


@pytest.mark.parametrize("kind", ["somebody's own", "a link"])
def test_an_environment_that_is_not_ours_is_never_emptied(start, monkeypatch, tmp_path, kind):
    """Two clones may share one by a link, and editors make one where they find none."""
    made = fake_environment(start, monkeypatch)
    theirs = tmp_path / "theirs" if kind == "a link" else start.VENV
    theirs.mkdir()
    (theirs / "pyvenv.cfg").write_text("theirs")
    if kind == "a link":
        # Even one that bears the stamp of another clone.
        (theirs / start.STAMP.name).write_text("another")
        start.VENV.symlink_to(theirs)
    for verb in (start.make_environment, lambda: start.clean([])):
        with pytest.raises(start.CannotStart, match="was not made by this course"):
            verb()
    assert (theirs / "pyvenv.cfg").read_text() == "theirs" and made == []


def test_what_is_stopped_while_it_is_emptied_is_still_ours(start, monkeypatch):
    made = fake_environment(start, monkeypatch)
    start.make_environment()
    start.LOCK.write_text("numpy==3\n")

    def stopped(path):
        raise KeyboardInterrupt

    with monkeypatch.context() as half_way:
        half_way.setattr(start.shutil, "rmtree", stopped)
        with pytest.raises(KeyboardInterrupt):
            start.make_environment()
    start.make_environment()
    assert len(made) == 4


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot say who is there")
def test_two_starts_do_not_make_it_at_once(start, monkeypatch):
    made = fake_environment(start, monkeypatch)
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        start.VENV.mkdir()
        start.STAMP.write_text(str(other.pid))
        with pytest.raises(start.CannotStart, match="wait until it has ended"):
            start.make_environment()
        assert made == []
    start.make_environment()
    assert len(made) == 2


def test_settings_keep_jupyterlab_from_asking_for_news(start, monkeypatch):
    fake_environment(start, monkeypatch)
    start.make_environment()
    text = (start.VENV / "share/jupyter/lab/settings/overrides.json").read_text()
    key = "@jupyterlab/apputils-extension:notification"
    assert json.loads(text)[key]["fetchNews"] == "false"


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("error: failed to resolve host", "check the network connection"),
        ("Connection refused (os error 111)", "check the network connection"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("hash mismatch\nexpected x got y", "expected x got y"),
    ],
)
def test_what_an_installer_says_becomes_one_sentence(start, output, sentence):
    said = start._why(output)
    assert sentence in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("output", "sentence"),
    [(b"OSError: [Errno 28] No space left on device", "disk is full"), (b"", "python3-venv")],
)
def test_python_without_venv_is_one_sentence(start, monkeypatch, output, sentence):
    def fails(path, **options):
        raise subprocess.CalledProcessError(1, "ensurepip", output)

    monkeypatch.setattr(start.venv, "create", fails)
    with pytest.raises(start.CannotStart, match=sentence):
        start.make_environment()


def test_no_network_is_one_sentence(start, monkeypatch):
    nowhere = "http://127.0.0.1:9/simple"
    monkeypatch.setenv("PIP_INDEX_URL", nowhere)
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("PIP_NO_INDEX", "0")
    command = [sys.executable, "-m", "pip", "-q", "download", "--no-cache-dir", "no-such-package"]
    with pytest.raises(start.CannotStart, match="could not be downloaded: check the network"):
        start._install(command)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)), "The disk is full"),
        (
            PermissionError(errno.EACCES, os.strerror(errno.EACCES), "work"),
            "Permission denied (work)",
        ),
    ],
)
def test_trouble_with_the_disk_is_one_sentence(start, monkeypatch, error, sentence):
    def fails():
        raise error

    monkeypatch.setattr(start, "make_environment", fails)
    with pytest.raises(SystemExit) as caught:
        start.main(["lab"])
    assert sentence in str(caught.value)


def test_interrupt_leaves_quietly(start, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr(start, "make_environment", interrupted)
    with pytest.raises(SystemExit) as caught:
        start.main(["lab"])
    assert caught.value.code == 130


@pytest.mark.parametrize("inside", [True, False])
def test_jupyterlab_sees_the_data_cards_where_it_can(start, monkeypatch, tmp_path, inside):
    ran = []
    monkeypatch.setattr(start, "_run", lambda args: ran.append(args) or 0)
    if not inside:
        elsewhere = tmp_path.parent / "elsewhere"
        monkeypatch.setattr(start, "WORK", elsewhere)
        monkeypatch.setattr(start, "COPIES", elsewhere / ".copied.json")
    start.lab([])
    root, page = (option.partition("=")[2] for option in ran[0][2:])
    assert root == str(start.ROOT if inside else start.WORK)
    assert (Path(root) / page.removeprefix("/lab/tree/")).parent == start.WORK


def test_test_stops_at_the_first_step_that_fails(start, monkeypatch, capsys):
    ran = []

    def run(args):
        ran.append(args)
        return 3 if "format" in args else 0

    monkeypatch.setattr(start, "_run", run)
    monkeypatch.setattr(start, "make_environment", lambda: None)
    assert start.main(["test"]) == 3
    assert len(ran) == 2
    assert capsys.readouterr().out.splitlines()[-1] == "== format"


# ---- the learner's copies ----


def test_first_copy(start):
    assert start.copy_notebooks() == []
    assert (start.WORK / "03_a.ipynb").read_text() == "one"


def test_untouched_copy_follows_an_update(start):
    start.copy_notebooks()
    (start.NOTEBOOKS / "03_a.ipynb").write_text("two")
    assert start.copy_notebooks() == []
    assert (start.WORK / "03_a.ipynb").read_text() == "two"


def test_what_a_learner_wrote_is_kept_and_the_new_one_put_beside(start):
    start.copy_notebooks()
    (start.WORK / "03_a.ipynb").write_text("mine")
    assert start.copy_notebooks() == []
    (start.NOTEBOOKS / "03_a.ipynb").write_text("two")
    (line,) = start.copy_notebooks()
    assert "yours is kept, the new one is 03_a.new.ipynb" in line
    assert (start.WORK / "03_a.ipynb").read_text() == "mine"
    assert (start.WORK / "03_a.new.ipynb").read_text() == "two"
    assert start.copy_notebooks() == []


def test_solved_notebooks_are_copied_too(start):
    start.SOLVED.mkdir()
    (start.SOLVED / "03_a.ipynb").write_text("[card](../datasets/a.md)")
    start.copy_notebooks()
    copy = start.WORK / "solved" / "03_a.ipynb"
    assert copy.read_text() == "[card](../../datasets/a.md)"
    # As it was copied, so a learner has not touched it.
    (start.SOLVED / "03_a.ipynb").write_text("new")
    assert not start.copy_notebooks() and copy.read_text() == "new"


@pytest.mark.parametrize("record", ["{", "[1, 2]", "null", None])
def test_damaged_record_of_copies_loses_nothing(start, record):
    start.copy_notebooks()
    (start.WORK / "03_a.ipynb").write_text("mine")
    start.COPIES.unlink() if record is None else start.COPIES.write_text(record)
    start.copy_notebooks()
    assert (start.WORK / "03_a.ipynb").read_text() == "mine"


def test_deleted_copy_comes_back_and_progress_stays(start):
    start.copy_notebooks()
    (start.WORK / "progress.jsonl").write_text("{}")
    (start.WORK / "03_a.ipynb").unlink()
    start.copy_notebooks()
    assert (start.WORK / "03_a.ipynb").read_text() == "one"
    assert (start.WORK / "progress.jsonl").read_text() == "{}"


def test_clean_keeps_work(start):
    start.copy_notebooks()
    start.VENV.mkdir()
    assert start.main(["clean"]) == 0
    assert not start.VENV.exists()
    assert (start.WORK / "03_a.ipynb").exists()


# ---- the language ----


@pytest.fixture
def both(start):
    (start.NOTEBOOKS / "zh").mkdir()
    (start.NOTEBOOKS / "zh" / "03_a.ipynb").write_text("一")
    return start


def test_a_chosen_language_is_remembered(both):
    assert both.language("zh") == "zh"
    assert both.language() == "zh"
    assert both.language("en") == "en"
    assert both.language() == "en"


@pytest.mark.parametrize(("system", "language"), [("zh_CN", "zh"), ("de_DE", "en"), (None, "en")])
def test_the_system_chooses_the_first_time(both, monkeypatch, system, language):
    monkeypatch.setattr(both.locale, "setlocale", lambda *_: None)
    monkeypatch.setattr(both.locale, "getlocale", lambda: (system, "UTF-8"))
    assert both.language() == language


def test_the_other_language_has_a_folder_of_its_own(both, monkeypatch):
    monkeypatch.setattr(both, "_solved_in", lambda spoken: {f"{spoken}/solved/03_a.ipynb": b"x"})
    both.copy_notebooks("en")
    assert not (both.WORK / "zh").exists()
    (both.WORK / "03_a.ipynb").write_text("mine")
    both.copy_notebooks("zh")
    assert (both.WORK / "03_a.ipynb").read_text() == "mine"
    assert (both.WORK / "zh" / "03_a.ipynb").read_text() == "一"
    assert (both.WORK / "zh" / "solved" / "03_a.ipynb").read_bytes() == b"x"


def test_jupyterlab_opens_the_page_of_the_language(both, monkeypatch):
    commands = []
    monkeypatch.setattr(both, "_solved_in", lambda spoken: {})
    monkeypatch.setattr(both, "_run", lambda command, *_: commands.append(command) or 0)
    both.lab(["--lang", "zh", "--no-browser"])
    (command,) = commands
    assert any(each.endswith("zh/00_start_here.ipynb") for each in command)
    assert command[-1] == "--no-browser"
    settings = both.VENV / "share/jupyter/lab/settings/overrides.json"
    spoken = json.loads(settings.read_text())["@jupyterlab/translation-extension:plugin"]
    assert spoken == {"locale": "zh_CN"}


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_what_was_started_ends_with_it(tmp_path):
    started = tmp_path / "started"
    sleeps = f"import os, time; open({str(started)!r}, 'w').write(str(os.getpid())); time.sleep(99)"
    program = (
        "import sys, start; start.PYTHON = sys.executable; start.make_environment = lambda: None; "
        f"start.VERBS['lab'] = lambda extra: start._run(['-c', {sleeps!r}]); start.main(['lab'])"
    )
    command = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    end = time.monotonic() + 30
    while not (started.exists() and started.read_text()) and time.monotonic() < end:
        time.sleep(0.05)
    command.terminate()
    assert command.wait(30) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(int(started.read_text()), 0)
