"""Leaves out the proof of a chapter that has passed and has not changed since: ``-p tests.proven``.

``make test`` uses it; ``make test ARGS=--all`` and continuous integration do not. A chapter is what
its proof, or its stored outputs, depend on: sources, data and the lock. A digest of them is kept in
``build/proven`` once everything that was collected for the chapter has passed.
"""

import functools
import hashlib
import re
from pathlib import Path

import pytest

from utils import files

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "proven"
# Everything that is proven depends on these.
SHARED = (
    "utils/**/*.py",
    "utils/**/*.jinja",
    "datasets/*",
    "conftest.py",
    "requirements.lock",
    "tests/test_proof.py",
    "tests/test_natural_answers.py",
    "tests/nbval_sanitize.cfg",
)


@functools.cache
def digest(topic, stem=None):
    """What a chapter depends on: its proof, or with the stem of its notebook its outputs."""
    own = [f"solutions/{each}/*.py" for each in sorted(reached(topic, stem))]
    own += [f"tests/right_answers/{topic}.py"]
    own += [f"solutions/{stem}.ipynb"] if stem else [f"tests/natural_answers/{topic}.py"]
    return hashlib.sha256(f"{_of_files(SHARED)} {_of_files(tuple(own))}".encode()).hexdigest()


@functools.cache
def _of_files(patterns):
    found = (path for pattern in patterns for path in ROOT.glob(pattern))
    return files.digest(filter(Path.is_file, found), ROOT)


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


def chapter(item):
    """The file that remembers an item's chapter, and the digest; None where it has none."""
    if item.path.suffix == ".ipynb":
        stem = item.path.stem
        # The start page and the interview draw from all chapters.
        topic = stem.split("_", 1)[1]
        alone = topic not in ("start_here", "mock_interview")
        return (KEPT / f"{stem}.outputs", digest(topic, stem)) if alone else None
    if item.path.name not in ("test_proof.py", "test_natural_answers.py"):
        return None
    topic = item.callspec.params.get("topic") if hasattr(item, "callspec") else None
    return (KEPT / f"{topic}.{item.path.stem}", digest(topic)) if topic else None


class Proven:
    """What this run left out, and what it found."""

    def __init__(self):
        self.left_out = set()
        self.of = {}
        self.failed = set()
        self.passed = {}

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config, items):
        kept, left_out = [], []
        for item in items:
            self.of[item.nodeid] = found = chapter(item)
            proven = found and found[0].exists() and found[0].read_text() == found[1]
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
        # Interrupted, it proves nothing either.
        if exitstatus not in (0, 1) or is_part(session.config):
            return
        for found in self.passed.keys() - self.failed:
            KEPT.mkdir(parents=True, exist_ok=True)
            found[0].write_text(found[1])

    def pytest_terminal_summary(self, terminalreporter):
        if self.left_out:
            terminalreporter.write_line(
                f"{len(self.left_out)} proofs of unchanged chapters were left out; "
                "`make test ARGS=--all` runs them too."
            )


def pytest_configure(config):
    config.pluginmanager.register(Proven())
