"""Leaves out what has passed for a chapter that has not changed since: ``-p tests.proven``.

``make test`` uses it; with ``--everything``, as ``make test ARGS=--all`` and continuous integration
run it, nothing is left out, and what passes is remembered all the same. What is left out is the
proof of a chapter, its stored outputs, what other files try on it alone, and the files that take
long and try all of the course, as long as nothing of it changes. Of what these depend on, sources,
data and the lock, a digest is kept in ``build/proven`` once everything that a file holds on the
chapter has passed.
"""

import functools
import hashlib
import re
from pathlib import Path

import pytest

from utils import files

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "proven"
# The files that try one chapter after the other, and the parameter that names it.
BY_CHAPTER = {
    "test_proof.py": "topic",
    "test_natural_answers.py": "topic",
    "test_export.py": "topic",
    "test_release.py": "opened",
}
# These try all of the course: each is left out whole.
WHOLE = (
    "test_copied_tables.py",
    "test_demo_class.py",
    "test_guide.py",
    "test_holdout.py",
    "test_mutation.py",
    "test_recipes.py",
)
ALL = (
    *("utils/**/*", "solutions/**/*", "notebooks/**/*", "datasets/**/*", "docs/*", "locale/**/*"),
    *("tests/right_answers/*", "tests/natural_answers/*", "tests/equivalent_mutants/*"),
    # What tests import, and what stands at the top.
    *("tests/[!t]*.py", "*.*"),
)
# Everything that is proven of a chapter depends on these.
SHARED = (
    "utils/**/*.py",
    "utils/**/*.jinja",
    "datasets/*",
    "conftest.py",
    "requirements.lock",
    "tests/nbval_sanitize.cfg",
)


@functools.cache
def digest(topic, stem=None):
    """Of what a chapter's tests depend on; with the stem of its notebook, its stored outputs."""
    own = [f"solutions/{each}/*.py" for each in sorted(reached(topic, stem))]
    if stem:
        own += [f"solutions/{stem}.ipynb"]
    else:
        own += [f"tests/{name}" for name in BY_CHAPTER]
        own += [f"tests/{answers}/{topic}.py" for answers in ("right_answers", "natural_answers")]
        own += [f"notebooks/*_{topic}.ipynb"]
    return hashlib.sha256(f"{_of_files(SHARED)} {_of_files(tuple(own))}".encode()).hexdigest()


def of_all(file):
    """Of what a file of `WHOLE` depends on."""
    return _of_files((*ALL, f"tests/{file}"))


@functools.cache
def _of_files(patterns):
    found = (path for pattern in patterns for path in ROOT.glob(pattern))
    read = (path for path in found if path.is_file() and path.suffix != ".pyc")
    return files.digest(read, ROOT)


def reached(topic, stem):
    """A topic, and those whose solutions its sources or its notebook import."""
    waiting, found = [topic], set()
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            paths = [*ROOT.glob(f"solutions/{name}/*.py")]
            paths += ROOT.glob(f"solutions/{stem}.ipynb") if stem and name == topic else ()
            for path in paths:
                waiting += re.findall(r"(?:from|import) solutions\.(\w+)", path.read_text("utf-8"))
    return found


def is_part(config):
    """Whether a run was told which tests to run, so that it proves nothing about the whole."""
    option = config.option
    chosen = (getattr(option, name, None) for name in ("keyword", "markexpr", "lf", "deselect"))
    return any(chosen) or any("::" in str(each) for each in getattr(config, "args", ()))


def remembered(item):
    """The file that remembers what an item is part of, and the digest; None where it is tried."""
    if item.path.suffix == ".ipynb":
        stem = item.path.stem
        # The start page and the interview draw from all chapters.
        topic = stem.split("_", 1)[1]
        alone = topic not in ("start_here", "mock_interview")
        return (KEPT / f"{stem}.outputs", digest(topic, stem)) if alone else None
    if item.path.name in WHOLE:
        return KEPT / f"all.{item.path.stem}", of_all(item.path.name)
    named = BY_CHAPTER.get(item.path.name)
    topic = item.callspec.params.get(named) if named and hasattr(item, "callspec") else None
    return (KEPT / f"{topic}.{item.path.stem}", digest(topic)) if topic else None


class Proven:
    """What this run left out, and what it found."""

    def __init__(self, everything=False):
        self.everything = everything
        self.left_out = set()
        self.of = {}
        self.failed = set()
        self.passed = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        kept, left_out = [], []
        for item in items:
            self.of[item.nodeid] = found = remembered(item)
            passed = found and found[0].exists() and found[0].read_text() == found[1]
            proven = passed and not self.everything
            (left_out if proven else kept).append(item)
        self.left_out |= {self.of[item.nodeid][0].name for item in left_out}
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept

    def pytest_runtest_logreport(self, report):
        found = self.of.get(report.nodeid)
        if found and (report.failed or (report.skipped and report.when == "call")):
            self.failed.add(found)
        elif found and report.when == "call":
            self.passed[found] = self.passed.get(found, 0) + 1

    def pytest_sessionfinish(self, session, exitstatus):
        if exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED and self.left_out:
            # Nothing is left to try, which is no failure.
            session.exitstatus = pytest.ExitCode.OK
        # Interrupted, it proves nothing either.
        if exitstatus not in (0, 1) or is_part(session.config):
            return
        for found in self.passed.keys() - self.failed:
            KEPT.mkdir(parents=True, exist_ok=True)
            found[0].write_text(found[1])

    def pytest_terminal_summary(self, terminalreporter):
        if self.left_out:
            terminalreporter.write_line(
                f"{len(self.left_out)} times what has not changed since it passed was left out; "
                "`make test ARGS=--all` leaves out nothing."
            )


def pytest_addoption(parser):
    parser.addoption("--everything", action="store_true", help="leave out no chapter")


def pytest_configure(config):
    config.pluginmanager.register(Proven(config.option.everything))
