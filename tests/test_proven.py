"""A chapter is left out of the proof only when it has passed as it is."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests import proven


@pytest.fixture(autouse=True)
def kept(monkeypatch, tmp_path):
    monkeypatch.setattr(proven, "KEPT", tmp_path / "proven")
    monkeypatch.setattr(proven, "digest", lambda topic, stem=None: f"as it is {topic}")
    return tmp_path / "proven"


def item(topic, name="test_x"):
    return SimpleNamespace(
        nodeid=f"{name}[{topic}]",
        path=Path("tests/test_proof.py"),
        callspec=SimpleNamespace(params={"topic": topic}),
    )


def of_the_guide(name):
    return SimpleNamespace(nodeid=name, path=Path("tests/test_guide.py"))


def run(items, outcomes, keyword="", exitstatus=0, args=(), everything=False, **options):
    """What is left of the items, after a run in which each has its outcome."""
    plugin = proven.Proven(everything)
    hook = SimpleNamespace(pytest_deselected=lambda items: None)
    option = SimpleNamespace(keyword=keyword, **options)
    config = SimpleNamespace(hook=hook, option=option, args=args)
    kept = list(items)
    plugin.pytest_collection_modifyitems(config, kept)
    for each in kept:
        what = outcomes[each.nodeid]
        plugin.pytest_runtest_logreport(
            SimpleNamespace(
                nodeid=each.nodeid,
                when="call",
                passed=what == "passed",
                failed=what == "failed",
                skipped=what == "skipped",
            )
        )
    plugin.pytest_sessionfinish(SimpleNamespace(config=config), exitstatus)
    return [each.nodeid for each in kept]


ITEMS = [item("propensity"), item("risk_control"), item("risk_control", "test_y")]
ALL = [each.nodeid for each in ITEMS]


def passed(*but):
    return {name: "failed" if name in but else "passed" for name in ALL}


def test_what_passed_is_left_out_and_what_failed_is_not():
    assert run(ITEMS, passed("test_y[risk_control]"), exitstatus=1) == ALL
    assert run(ITEMS, passed()) == ["test_x[risk_control]", "test_y[risk_control]"]
    assert run(ITEMS, passed()) == []


def test_a_run_of_everything_leaves_out_nothing_and_is_remembered():
    assert run(ITEMS, passed(), everything=True) == ALL
    assert run(ITEMS, passed(), everything=True) == ALL
    assert run(ITEMS, passed()) == []


def test_a_change_brings_a_chapter_back(monkeypatch):
    run(ITEMS, passed())
    monkeypatch.setattr(proven, "digest", lambda topic, stem=None: f"changed {topic}")
    assert run(ITEMS, passed()) == ALL


def test_a_file_that_tries_all_is_left_out_whole_or_not_at_all(monkeypatch):
    commands = [of_the_guide("grade"), of_the_guide("release")]
    monkeypatch.setattr(proven, "of_all", lambda file: f"as it is {file}")
    run(commands, {"grade": "passed", "release": "failed"}, exitstatus=1)
    assert run(commands, dict.fromkeys(("grade", "release"), "passed")) == ["grade", "release"]
    assert run(commands, {}) == []
    monkeypatch.setattr(proven, "of_all", lambda file: f"changed {file}")
    assert run(commands, dict.fromkeys(("grade", "release"), "passed")) == ["grade", "release"]


@pytest.mark.parametrize(
    "how",
    [
        {"keyword": "x"},
        {"exitstatus": 2},
        {"args": ["tests/test_proof.py::test_x[propensity]"]},
        {"lf": True},
        {"markexpr": "slow"},
        {"deselect": ["tests/test_proof.py::test_y"]},
    ],
)
def test_a_part_proves_nothing(how):
    run(ITEMS, passed(), **how)
    assert run(ITEMS, passed()) == ALL


@pytest.mark.parametrize(("left_out", "code"), [({"propensity.test_proof"}, 0), (set(), 5)])
def test_a_run_that_leaves_out_everything_is_no_failure(left_out, code):
    plugin = proven.Proven()
    plugin.left_out = left_out
    session = SimpleNamespace(exitstatus=pytest.ExitCode.NO_TESTS_COLLECTED)
    plugin.pytest_sessionfinish(session, session.exitstatus)
    assert session.exitstatus == code


def forget():
    proven.digest.cache_clear()
    proven._of_files.cache_clear()


def add(root, name):
    """A file to a course of which no digest is known."""
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text("1")
    forget()


def test_the_digest_sees_sources_and_data(monkeypatch, tmp_path):
    monkeypatch.undo()
    monkeypatch.setattr(proven, "ROOT", tmp_path)
    seen = set()
    for name in (
        "solutions/propensity/reference.py",
        "utils/execution/plain.py",
        "datasets/table.csv",
        "requirements.lock",
        "tests/right_answers/propensity.py",
    ):
        add(tmp_path, name)
        seen.add(proven.digest("propensity"))
    assert len(seen) == 5


def test_what_tries_all_depends_on_all(monkeypatch, tmp_path):
    monkeypatch.undo()
    monkeypatch.setattr(proven, "ROOT", tmp_path)
    forget()
    seen = {proven.of_all("test_guide.py")}
    for name in (
        "solutions/propensity/reference.py",
        "solutions/07_propensity.ipynb",
        "notebooks/zh/07_propensity.ipynb",
        "utils/execution/plain.py",
        "utils/grading/templates/report.html.jinja",
        "datasets/questions/metrics.yaml",
        "docs/instructors_guide.md",
        "pyproject.toml",
        "tests/natural_answers/propensity.py",
        "tests/test_guide.py",
        "tests/conftest.py",
    ):
        add(tmp_path, name)
        seen.add(proven.of_all("test_guide.py"))
    assert len(seen) == 12
    add(tmp_path, "tests/test_site.py")
    assert proven.of_all("test_guide.py") in seen


def test_a_chapter_that_uses_another_one_depends_on_it(monkeypatch):
    """06 and 07 import a solution of 04, and 10 one of 01."""
    monkeypatch.undo()
    assert proven.reached("propensity", "07_propensity") == {
        "propensity",
        "personalised_recommendation",
    }
    assert "user_value" in proven.reached("segmentation_case", "10_segmentation_case")
