"""A class on a JupyterHub: the image names what there is, and a pulled edition works as it is."""

import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from utils.catalogue import ROOT
from utils.editions import release

PAGE = (ROOT / "docs" / "jupyterhub.md").read_text("utf-8")
PEERS = os.environ.get("COURSE_PEERS_PYTHON", "")
PULLER = Path(PEERS or sys.executable).with_name("gitpuller")


def instructions():
    """The Dockerfile as instructions and what they say."""
    text = (ROOT / "hub" / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    return [tuple(line.split(" ", 1)) for line in joined.splitlines() if line.strip()]


def environment():
    said = [rest for word, rest in instructions() if word == "ENV"]
    found = dict(pair.split("=", 1) for rest in said for pair in shlex.split(rest))
    return {name: value.replace("$HOME", found["HOME"]) for name, value in found.items()}


def test_every_instruction_is_one_that_docker_knows():
    known = {"FROM", "ARG", "RUN", "COPY", "ENV", "USER", "WORKDIR", "EXPOSE", "CMD"}
    words = [word for word, _ in instructions()]
    assert words[0] == "FROM" and words[-1] == "CMD" and set(words) <= known


def test_what_is_copied_is_there_and_lies_in_no_home():
    copies = [shlex.split(rest) for word, rest in instructions() if word == "COPY"]
    assert copies
    for *sources, target in copies:
        for each in sources:
            assert each.startswith("--") or (ROOT / each).is_file(), each
        assert not target.startswith("/home"), "a hub mounts the learner's home over it"
    assert (ROOT / "hub" / "course").stat().st_mode & stat.S_IXUSR


def test_the_lock_is_installed_whole_and_its_python_is_one_of_ours():
    runs = " ".join(rest for word, rest in instructions() if word == "RUN")
    assert "--require-hashes" in runs and "pip check" in runs and "nbgitpuller" in runs
    version = re.match(r"python:(\d+)\.(\d+)", instructions()[0][1])
    assert (3, 11) <= (int(version[1]), int(version[2])) < (3, 14)


def test_the_link_opens_what_the_release_holds(edition):
    link = re.search(r"https://HUB\S+", PAGE)[0]
    asked = parse_qs(urlsplit(link).query)
    (target,), (opened,) = asked["targetPath"], asked["urlpath"]
    home, _, folder = environment()["PYTHONPATH"].rpartition("/")
    assert home == "/home/jovyan" and target == folder
    path = unquote(opened).removeprefix(f"lab/tree/{target}/")
    assert (edition / path).is_file(), path


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    return release.release("03", tmp_path_factory.mktemp("hub") / "handout")


@pytest.fixture
def home(edition, tmp_path):
    """A learner's home after the pull, and the environment of the image there."""
    shutil.copytree(edition, tmp_path / "course")
    env = {k: v.replace("/home/jovyan", str(tmp_path)) for k, v in environment().items()}
    return tmp_path, {**os.environ, **env}


# An editable install in this environment would show through.
APART = "import sys; sys.meta_path = [f for f in sys.meta_path if 'ditable' not in repr(f)]\n"


def test_a_pulled_edition_checks_and_keeps_progress(home):
    folder, env = home
    program = APART + (
        "from utils.check import check\n"
        "def average_basket(b, s):\n"
        "    return sum(s) / len(set(b)) if b else float('nan')\n"
        "print(check(average_basket))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder / "course" / "notebooks",
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "PASSED" in done.stdout, done.stderr
    (line,) = (folder / "course" / "notebooks" / "progress.jsonl").read_text().splitlines()
    assert json.loads(line)["exercise"] == "average_basket"
    # The same command that a terminal of the hub has.
    env["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{env['PATH']}"
    done = subprocess.run(
        ["sh", str(ROOT / "hub" / "course"), "progress"],
        cwd=folder,
        env={**env, "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "1 of 1" in done.stdout, done.stdout + done.stderr


def git(folder, *arguments):
    who = ["-c", "user.name=T", "-c", "user.email=t@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(
    not PEERS or not PULLER.exists(),
    reason="COURSE_PEERS_PYTHON names no environment with nbgitpuller",
)
def test_a_second_pull_keeps_what_a_learner_wrote(tmp_path):
    source, home = tmp_path / "repository", tmp_path / "home"
    home.mkdir()
    release.release("02", source)
    git(source, "init", "-q")
    git(source, "add", "-A")
    git(source, "commit", "-qm", "Week 2")

    def pull():
        command = [str(PULLER), f"file://{source}", "main", "course"]
        done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    pull()
    mine = home / "course" / "notebooks" / "02_recommender_design.ipynb"
    mine.write_text(mine.read_text("utf-8").replace("raise NotImplementedError", "return 1 #"))
    (mine.parent / "progress.jsonl").write_text("{}\n")
    newer = release.release("03", tmp_path / "newer")
    shutil.copytree(newer, source, dirs_exist_ok=True)
    git(source, "add", "-A")
    git(source, "commit", "-qm", "Week 3")
    pull()
    assert (mine.parent / "03_collaborative_filtering.ipynb").exists()
    assert "return 1 #" in mine.read_text("utf-8")
    assert (mine.parent / "progress.jsonl").read_text() == "{}\n"
