"""What is given back: the instructor's page, a learner's page, files for platforms, groups."""

import base64
import csv
import hashlib
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from utils import catalogue, pages
from utils.execution import outcomes as outcomes_
from utils.execution import plain
from utils.execution.outcomes import Failure, Outcome
from utils.execution.runner import Runner
from utils.exercises import differences
from utils.exercises.attempt import sheet
from utils.grading import (
    behaviour,
    give_back,
    grade,
    gradebook,
    judge,
    mistakes,
    naming,
    report,
    scoring,
)
from utils.grading.marking import Row
from utils.grading.mistakes import Unnamed
from utils.grading.policy import Adjustment, Lateness
from utils.grading.roster import Learner
from utils.grading.scoring import Collected
from utils.grading.status import Status
from utils.grading.submissions import File, Submission

TOPIC = "user_value"
TASK = catalogue.load("start_here")["average_basket"]


def row(learner, exercise="rfm_scores", points=1.0, said=(), kind="", word="", **more):
    status = Status.PASSED if points == 2 else Status.PARTLY if points else Status.WRONG
    mine = Row(learner, TOPIC, exercise, points, 2.0, status, code=f"def {exercise}(): ...")
    known = said[0] if kind == "misconception" else ""
    mine = replace(mine, diagnosis=kind, said=said, behaviour=word, misconception=known)
    return replace(mine, **more)


def marked(rows, **details):
    keys = list(dict.fromkeys(each.learner for each in rows))
    handed_in = [Submission(Learner(key, details.get(key, {}))) for key in keys]
    return grade.Marked(handed_in, rows, 7, [TOPIC], 0)


def written(tmp_path, found):
    report.write(found, tmp_path)
    return (tmp_path / "index.html").read_text("utf-8")


# ---- groups -------------------------------------------------------------------------------------


def outcomes(answer, seed=1):
    run = Runner(answer, TASK.adapter, TASK.implementations)
    return [run(args) for args in TASK.inputs(seed)]


def test_equal_behaviour_is_one_word_whatever_the_code_and_the_last_digit():
    def per_line(b, s):
        return sum(s) / len(s) if s else float("nan")

    def per_line_otherwise(b, s):
        return float(np.mean(s)) * (1 + 1e-14) if len(s) else float("nan")

    def halved(b, s):
        return per_line(b, s) / 2

    words = [behaviour.of(TASK, outcomes(f), 1) for f in (per_line, per_line_otherwise, halved)]
    assert words[0] == words[1] != words[2] and words[0]


def test_what_did_not_finish_has_no_word():
    done = outcomes(TASK.reference)
    done[-1] = Outcome(failure=Failure("Timeout", "did not finish in time"))
    assert behaviour.of(TASK, done, 1) == ""


@pytest.mark.parametrize(
    "value",
    [
        [0.1 + 0.2, 3, None, "x", True],
        {"a": (1, 2.0)},
        pd.Series([0.1 + 0.2, np.nan]),
        pd.DataFrame({"a": [1.0], "b": ["x"]}),
        pd.DataFrame(),
        np.array([0.0, np.inf, -1e-300]),
    ],
)
def test_coarse_changes_nothing_that_can_be_seen(value):
    same = behaviour.coarse(value)
    assert type(same) is type(value)
    if isinstance(value, (np.ndarray, pd.Series)):
        assert np.allclose(same, value, equal_nan=True)
    assert str(behaviour.coarse(same)) == str(same)


def test_mistakes_are_ranked_by_how_many_make_them():
    rows = [
        *(row(f"a{i}", said=("ties_by_order",), kind="misconception", word="w") for i in range(2)),
        *(row(f"b{i}", said=("order",), kind="difference", word="v") for i in range(3)),
        *(row(f"c{i}", said=("nan",), kind="property", word="u") for i in range(4)),
        row("d", said=("alone",), kind="difference", word="t"),
        row("e", said=("nan",), kind="property", word="s"),
        row("f", points=2.0),
    ]
    found = mistakes.find(rows)
    assert [(each.kind, len(each.rows), each.can_be_named) for each in found] == [
        ("behaviour", 4, True),
        ("difference", 3, True),
        ("misconception", 2, False),
    ]
    assert len({each.key for each in found}) == 3


def test_two_mistakes_at_once_count_for_both():
    both = row("mei", said=("one", "two"), kind="misconception")
    found = mistakes.find([both, row("zoe", said=("two",), kind="misconception")])
    assert {each.title: each.learners for each in found} == {"one": ["mei"], "two": ["mei", "zoe"]}


def test_a_difference_of_several_behaviours_cannot_be_named():
    rows = [row(f"l{i}", said=("order",), kind="difference", word=f"w{i % 2}") for i in range(4)]
    found = {(each.kind, each.can_be_named, len(each.rows)) for each in mistakes.find(rows)}
    assert found == {("difference", False, 4), ("behaviour", True, 2)}


# ---- a mistake gets a name ----------------------------------------------------------------------

EXERCISES = """from solutions.small import misconceptions as wrong
from solutions.small import reference
from utils.exercises import Property, WriteIt

total = WriteIt(
    reference=reference.total,
    points=1,
    minutes=1,
    level="junior",
    properties=(Property("sum", "values are added", lambda rng: [([1.5, 2.5],), ([4.0],)]),),
    misconceptions=(wrong.counts,),
)
"""
MISCONCEPTIONS = '''"""Wrong answers."""

import numpy as np


def counts(values):
    """Values were counted."""
    return float(len(values))
'''
REFERENCE = '''"""Right answers."""


def total(values):
    """The sum.

    Examples
    --------
    >>> total([1.0, 2.0])
    3.0
    """
    return float(sum(values))
'''
SOURCE = '''import numpy as np
import math
def total(values: "np.ndarray") -> float:
    """The sum."""
    # learner 4711 wrote this
    return math.sqrt(np.square(values).sum())
'''


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A copy of a small course: a chapter with one exercise, and a report with one group."""
    folder = tmp_path / "solutions" / "small"
    folder.mkdir(parents=True)
    (folder / "exercises.py").write_text(EXERCISES)
    (folder / "misconceptions.py").write_text(MISCONCEPTIONS)
    (folder / "reference.py").write_text(REFERENCE)
    (folder / "__init__.py").write_text("")
    (tmp_path / "solutions" / "__init__.py").write_text("")
    (tmp_path / "notebooks").mkdir()
    cell = {"cell_type": "markdown", "metadata": {}, "source": "# Small", "id": "a"}
    book = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "notebooks" / "01_small.ipynb").write_text(json.dumps(book))
    shutil.copytree(catalogue.ROOT / "utils", tmp_path / "utils")
    (tmp_path / "report").mkdir()
    group = {"key": "total-abc123", "topic": "small", "exercise": "total", "learners": 3}
    (tmp_path / "report" / mistakes.FILE).write_text(json.dumps([{**group, "source": SOURCE}]))
    return tmp_path


def course(folder, *arguments):
    run = [sys.executable, "-m", "utils.cli", *arguments]
    return subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)


def test_a_group_becomes_a_misconception_that_the_check_names(small):
    done = course(small, "name-mistake", "report", "total-abc123", "--as", "squares_added")
    assert done.returncode == 0, done.stderr
    text = (small / "solutions" / "small" / "misconceptions.py").read_text()
    assert "def squares_added(values):" in text and "4711" not in text and "The sum" not in text
    listed = (small / "solutions" / "small" / "exercises.py").read_text()
    assert "misconceptions=(wrong.counts, wrong.squares_added)," in listed
    tried = course(small, "try", "small", "total")
    assert "squares_added has no docstring to tell a learner" in tried.stdout
    say = "def squares_added(values):\n    '''Squares were added.'''"
    path = small / "solutions" / "small" / "misconceptions.py"
    path.write_text(text.replace("def squares_added(values):", say))
    answer = (
        "from utils import catalogue\n"
        "mark = catalogue.load('small')['total'].mark(lambda v: sum(x * x for x in v) ** 0.5)\n"
        "print(mark.misconception, mark.message)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", answer], cwd=small, capture_output=True, text=True, check=False
    )
    assert shown.stdout.strip() == "squares_added Squares were added.", shown.stderr
    again = course(small, "name-mistake", "report", "total-abc123", "--as", "squares_added")
    assert again.returncode == 1 and "has squares_added already" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("nowhere", "x"), "give a folder that `course grade` wrote"),
        (("report", "other-1"), "has no group 'other-1' without a name: it has total-abc123"),
        (("report", "total-abc123", "--as", "Not a name"), "is no name of a misconception"),
        (("report", "total-abc123", "--as", "two__parts"), "is no name of a misconception"),
        (("report", "total-abc123", "--as", "sum"), "is a name of Python's own"),
    ],
)
def test_what_cannot_be_named_is_one_sentence_and_changes_nothing(small, arguments, says):
    before = {p: p.read_text() for p in (small / "solutions").rglob("*.py")}
    done = course(small, "name-mistake", *arguments)
    assert done.returncode == 1 and says in done.stderr and done.stderr.count("\n") == 1
    assert {p: p.read_text() for p in before} == before


@pytest.mark.parametrize(
    "source",
    [
        "def helper(v):\n    return v\ndef total(values):\n    return helper(values)",
        "def total(values, k=print('imported')):\n    return 0",
        "def total(values):\n    return total(values[1:]) if values else 0",
        "import functools\n@functools.cache\ndef total(values):\n    return 0",
        "total = lambda values: 0",
    ],
)
def test_importing_a_misconception_runs_nothing_of_the_answer(source, capsys):
    group = Unnamed("k", "small", "total", 2, source)
    text = naming.implementation(group, "mine", MISCONCEPTIONS)
    names = {}
    exec(text, names)
    assert callable(names["mine"]) and "imported" not in capsys.readouterr().out
    assert not names["mine"](())


HOSTILE = {
    "cannot be read": ["def total(values):\n    return [", "x = \0", "(" * 9_000 + ")" * 9_000],
    "cannot be moved": ["from math import *\ndef total(values):\n    return fsum(values)"],
}


@pytest.mark.parametrize(
    ("says", "source"), [(says, source) for says, many in HOSTILE.items() for source in many]
)
def test_code_that_cannot_be_moved_is_one_sentence(small, says, source):
    group = {"key": "total-1", "topic": "small", "exercise": "total", "learners": 2}
    saved = json.dumps([{**group, "source": source}])
    (small / "report" / mistakes.FILE).write_text(saved)
    before = {p: p.read_text() for p in (small / "solutions").rglob("*.py")}
    done = course(small, "name-mistake", "report", "total-1")
    assert done.returncode == 1 and says in done.stderr and done.stderr.count("\n") == 1
    assert {p: p.read_text() for p in before} == before


@pytest.mark.parametrize(
    "saved",
    ["5", "{}", "[1]", '[{"key": 1}]', "[" * 90_000, '[{"key": 1, "topic": [], "exercise": {}, '],
)
def test_a_damaged_list_of_groups_is_one_sentence(tmp_path, saved):
    (tmp_path / mistakes.FILE).write_text(saved)
    with pytest.raises(naming.CannotName, match=r"is damaged|has no group"):
        naming.name_mistake(tmp_path, "total-1")


def test_no_words_of_a_learner_are_told_to_others():
    """A second text after the docstring would be the docstring of what is written."""
    source = 'def total(values):\n    """The sum."""\n    "Buy at evil.example."\n    return 0'
    group = Unnamed("k", "small", "total", 2, source)
    names = {}
    exec(naming.implementation(group, "mine", MISCONCEPTIONS), names)
    assert names["mine"].__doc__ is None and names["mine"]([]) == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("(wrong.a,)", "(wrong.a, wrong.b)"),
        ("()", "(wrong.b,)"),
        ("[wrong.a]", "[wrong.a, wrong.b]"),
        ("(\n        wrong.a,\n    )", "(\n        wrong.a,\n        wrong.b,\n    )"),
        ("(\n        wrong.a\n    )", None),
    ],
)
def test_every_way_to_list_misconceptions(before, after):
    text = "from solutions.small import misconceptions as wrong\nx = W(misconceptions={})\n"
    group = Unnamed("k", "small", "x", 2, "")
    if after is None:
        with pytest.raises(naming.CannotName, match="by hand"):
            naming.listed(text.format(before), group, "b")
    else:
        assert naming.listed(text.format(before), group, "b") == text.format(after)


# ---- nothing of the hidden inputs ---------------------------------------------------------------


CANARY = "HIDDENINPUT"
# A written function of each kind, and one that returns a table.
KINDS = {
    "average_basket": "start_here",
    "household_profile": "user_value",
    "current_orders": "sql_round",
    "predict_spend": "segmentation_case",
    "break_recommender": "collaborative_filtering",
    "kill_cf": "collaborative_filtering",
}


def failed(kind, message="", line=""):
    return outcomes_.to_bytes(b"null", Failure(kind, message, line), b"", "")


def returned(value, printed=""):
    return outcomes_.to_bytes(plain.to_bytes(value), None, b"", printed)


# What an answer may send of a hidden call, with a word that it learned there.
TELLING = {
    "the text of an error": failed("ValueError", CANARY),
    "the name of an error": failed(CANARY),
    "a line": failed("ValueError", "", CANARY),
    **{f"as if {kind}": failed(kind, CANARY) for kind in ("Crash", "Timeout", "NotRun")},
    "as if MemoryError": failed("MemoryError", CANARY),
    "as if refused": failed("QueryError", CANARY),
    "printed": returned(1.0, CANARY),
    "a type": outcomes_.to_bytes(b'{"t": "opaque", "v": "%b"}' % CANARY.encode(), None, b"", ""),
    "a library's type": outcomes_.to_bytes(
        b'{"t": "opaque", "v": "numpy.%b"}' % CANARY.encode(), None, b"", ""
    ),
    "text": returned(CANARY),
    "items": returned([CANARY, CANARY]),
    "keys": returned({CANARY: 1.0}),
    "columns": returned(pd.DataFrame({CANARY: [1.0]}, index=[CANARY])),
    "labels": returned(pd.Series([1.0], index=[CANARY], name=CANARY)),
    "rows": returned({"columns": [CANARY], "rows": [(CANARY,)], "translated": CANARY}),
}


@pytest.mark.parametrize("name", [n for n in KINDS if n != "break_recommender"])
def test_what_an_answer_learned_of_hidden_calls_is_in_no_page(name):
    """Whatever it sends: visible examples are called first, before it has learned anything."""
    topic = KINDS[name]
    task = catalogue.load(topic)[name]
    which = {"topic": topic, "name": name, "seed": 11, "language": "en"}
    cases = sheet(task, 11).cases
    first = [sheet(task, 11).expected(case).packed() for case in cases[: len(task.examples)]]
    for how, sent in TELLING.items():
        replies = [*first, *[sent] * (len(cases) - len(first))]
        said = judge._answered(judge._request(which, replies, (), ("return x",))).decode()
        fields = {n: v for n, v in json.loads(said).items() if n != "behaviour"}
        assert CANARY not in json.dumps(fields), (how, said)


def test_a_column_too_many_is_named_where_the_caller_named_it():
    def table(extra):
        return returned(pd.DataFrame({"day": [1.0], extra: [2.0]}))

    pairs = [
        differences.Pair(
            (pd.DataFrame({"day": [1.0], "spend": [2.0]}),),
            pd.DataFrame({"day": [1.0]}),
            outcomes_.from_bytes(table(extra)).value,
        )
        for extra in ("spend", CANARY)
    ]
    assert "`spend`" in differences._columns(pairs[:1]).text
    assert differences._columns(pairs[1:]).text == "The table has columns that are not asked for."


def test_what_is_kept_of_a_hidden_call():
    def fails(b, s):
        print("hidden", s)
        raise KeyError(f"hidden {s}")

    (kept, *_) = map(judge.wordless, outcomes(fails))
    assert (kept.failure.kind, kept.failure.message, kept.printed) == ("KeyError", "", "")
    lines = {'raise KeyError(f"hidden {s}")', "return 1"}
    for line in lines:
        there = judge.wordless(Outcome(failure=Failure("KeyError", "x", line)), lines)
        assert there.failure.line == line
    for kind in ("generator", "function", "dict_keys", "pandas.DataFrame"):
        value = judge.wordless(Outcome(plain.Opaque(kind))).value
        assert value.kind == kind


# ---- pages --------------------------------------------------------------------------------------


def test_a_learners_page_begins_with_what_went_wrong():
    wrong = row(
        "mei",
        said=("ties_by_order",),
        kind="misconception",
        message="Ties were broken by order.",
        criteria=(
            {"name": "holds_well", "reason": "r", "held": True, "share": 1, "points": 1},
            {"name": "fails_here", "reason": "why", "held": False, "share": 0, "points": 1},
        ),
    )
    right = row("mei", "leak_audit", 2.0)
    page = report.learner_page(Submission(Learner("mei")), [right, wrong])
    assert page.index("Ties were broken") < page.index("leak_audit")
    assert page.index("fails here") < page.index("holds well")
    assert "01_user_value, " in page and "3 of 4" in page
    assert "<script" not in page


def test_a_learners_page_says_who_changed_what_and_what_lateness_took():
    by = Adjustment("mei", "rfm_scores", change=0.5, comment="The idea is right.", by="Wang")
    mine = row("mei", points=1.4, marked=1.0, penalty=0.1, adjustments=(by,))
    page = report.learner_page(Submission(Learner("mei")), [mine])
    assert "Wang" in page and "The idea is right." in page and "0.1 points were taken" in page
    assert "1.4 of 2, was 0.9" in page


def test_a_file_that_cannot_be_read_is_one_sentence_and_no_attempt(tmp_path):
    why = "bo.ipynb cannot be read: it is not JSON."
    unread = [
        row("bo", name, 0.0, status=Status.UNREADABLE, message=why, code="")
        for name in ("rfm_scores", "leak_audit")
    ]
    found = marked([*unread, row("mei"), row("mei", "leak_audit")])
    found.submissions[0].notes.append(why)
    page = report.learner_page(found.submissions[0], unread)
    assert page.count(why) == page.count("Hand it in again") == 1
    for words in ("What went wrong", "Read again", "to look at again", "01_user_value, "):
        assert words not in page, words
    said = report.comment(found.submissions[0], unread)
    assert said.count(why) == 1 and said.endswith("send that file.")
    (line,) = (each for each in report._map(found, ["rfm_scores"]) if each["name"] == "bo")
    assert line["cells"][0]["sign"] == "?"
    assert report._learners(found)[0]["notes"] == [why]


def test_what_a_person_says_of_all_of_it_is_on_the_page_and_in_the_comment(tmp_path):
    found = marked([row("mei")])
    words = Adjustment("mei", "", comment="Mind the names", by="Dr Li")
    found.submissions[0].remarks, found.adjustments = [words], [words]
    assert "Dr Li: Mind the names" in (index := written(tmp_path, found))
    assert "marks changed by hand" not in index
    folder = tmp_path / give_back.FOLDER / "mei"
    assert "<b>Dr Li:</b> Mind the names" in (folder / give_back.PAGE).read_text("utf-8")
    assert "Mind the names.\n" in (folder / give_back.COMMENT).read_text("utf-8")


def test_the_instructors_page_runs_one_script_of_ours_and_loads_nothing(tmp_path):
    evil = "</script><script>alert(1)</script>"
    rows = [row(f"l{i}", said=(evil,), kind="difference", word="w", code=evil) for i in range(3)]
    page = written(tmp_path, marked(rows))
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in page and "default-src 'none'" in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)


def test_from_a_mistake_to_the_learners_and_their_code(tmp_path):
    rows = [
        row(f"l{i}", said=("nan",), kind="property", word="w", code="def f(): return 4711")
        for i in range(3)
    ]
    page = written(tmp_path, marked(rows))
    (link,) = set(re.findall(r'href="(mistakes/[^"]+)"', page))
    there = (tmp_path / link).read_text("utf-8")
    assert there.count("4711") == 1 and all(f"l{i}.html#rfm_scores" in there for i in range(3))
    assert f"course name-mistake {tmp_path} rfm_scores-" in page
    assert mistakes.saved(tmp_path)[0].key in page


def test_the_histogram_counts_everybody_once(tmp_path):
    points = (0.0, 1.0, 1.0, 2.0, 1.9999)
    rows = [row(f"l{i}", points=p) for i, p in enumerate(points)]
    bars = report._scores(marked(rows))["bars"]
    assert sum(bar["count"] for bar in bars) == 5
    assert [bars[0]["count"], bars[10]["count"], bars[-1]["count"]] == [1, 2, 2]


def test_every_learner_and_exercise_has_a_cell(tmp_path):
    rows = [row("mei"), row("mei", "leak_audit", 2.0), row("zoe", points=0.0)]
    lines = report._map(marked(rows), ["rfm_scores", "leak_audit"])
    signs = {line["name"]: [cell["sign"] for cell in line["cells"]] for line in lines}
    assert signs == {"mei": ["50", "✓"], "zoe": ["0", ""]}
    assert [line["name"] for line in lines] == ["mei", "zoe"]


# ---- give back ----------------------------------------------------------------------------------


def test_a_folder_a_learner_and_a_line_each(tmp_path):
    found = marked([row("mei"), row("m/ei", points=2.0)], mei={"email": "mei@x", "name": "Mei"})
    report.write(found, tmp_path)
    out = tmp_path / give_back.FOLDER
    with (out / "mail_merge.csv").open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line["email"] for line in lines] == ["mei@x", ""]
    for line in lines:
        assert (out / line["attachment"]).read_text("utf-8").startswith("<!doctype html>")
    assert "1 of 2 points." in (out / "mei" / give_back.COMMENT).read_text("utf-8")
    assert not list(out.glob("*.zip"))


def test_a_comment_says_what_is_so():
    def said(*rows, **more):
        return report.comment(Submission(Learner("mei"), **more), rows)

    nothing = "No notebook was handed in."
    absent = [
        row("mei", name, 0.0, status=Status.NO_SUBMISSION, message=nothing)
        for name in ("rfm_scores", "leak_audit")
    ]
    assert said(*absent) == f"0 of 4 points.\n{nothing}"

    due = datetime(2026, 12, 7, 23, 59, tzinfo=UTC)
    lateness = Lateness(2, 20.0, due + timedelta(hours=32), due)
    typo = Adjustment("mei", "rfm_scores", change=-0.5, comment="typo in the name")
    late = row("mei", points=1.1, marked=2.0, penalty=0.4, adjustments=(typo,))
    assert said(replace(late, status=Status.PASSED), lateness=lateness).splitlines() == [
        "1.1 of 2 points.",
        lateness.sentence,
        "rfm_scores: typo in the name.",
        "The page feedback.html shows your answers.",
    ]

    shown = Adjustment("mei", "rfm_scores", points=1.0, comment="Shown to me on paper!")
    blank = [
        row("mei", name, 0.0, status=Status.NOT_WRITTEN) for name in ("rfm_scores", "leak_audit")
    ]
    blank[0] = replace(blank[0], points=1.0, marked=0.0, adjustments=(shown,))
    assert said(*blank).splitlines()[1:] == [
        "rfm_scores: Shown to me on paper!",
        "Not written: 1 of 2 exercises.",
        "The page feedback.html says why, and what to read.",
    ]

    waiting = replace(row("mei", "leak_audit", 0.0), status=Status.NOT_MARKED)
    assert said(row("mei", points=2.0), waiting).splitlines() == [
        "2 of 2 points.",
        "1 of 2 exercises are not marked yet.",
        "The page feedback.html shows your answers.",
    ]


def moodle_reads(path):
    """The participant and the file that Moodle's importer finds in a name, as its source says."""
    parts = path.split("/")
    while parts:
        info = parts.pop(0).split("_", 4)
        if len(info) >= 4 and info[1].isdecimal() and info[2:4] == ["assignsubmission", "file"]:
            rest = [info[4], *parts] if len(info) > 4 else ["", *parts]
            return int(info[1]), "/".join(rest).strip("/")
    return None


@pytest.mark.parametrize(
    ("learner", "files", "participant"),
    [
        (Learner("Mei Lin"), ["Mei Lin_123_assignsubmission_file_x.ipynb"], 123),
        (Learner("Mei"), ["all/Mei_9_assignsubmission_file_/x.ipynb"], 9),
        (Learner("m", {"name": "Mei_Lin/x", "identifier": "Participant 77"}), [], 77),
        (Learner("mei"), ["mei.ipynb"], None),
        # Below the folder of the platform a learner may call a file what she likes.
        (
            Learner("Mei"),
            ["Mei_9_assignsubmission_file_/Zoe_8_assignsubmission_file_.ipynb"],
            9,
        ),
    ],
)
def test_moodle_finds_the_participant(learner, files, participant):
    name = give_back.moodle_name(Submission(learner, [File("", each) for each in files]))
    assert (moodle_reads(name) if name else None) == (
        (participant, give_back.PAGE) if participant else None
    )


def test_zip_files_hold_the_page_of_each(tmp_path):
    found = marked([row("linmei"), row("zhangwei", points=2.0)])
    found.submissions[0].files = [File("", "linmei_LATE_12_345_x-1.ipynb")]
    found.submissions[1].files = [File("", "Zhang Wei_8_assignsubmission_file_/x.ipynb")]
    report.write(found, tmp_path)
    out = tmp_path / give_back.FOLDER
    held = {}
    for name in ("canvas", "moodle"):
        with zipfile.ZipFile(io.BytesIO((out / f"{name}_feedback.zip").read_bytes())) as archive:
            held |= {each: archive.read(each) for each in archive.namelist()}
    assert set(held) == {
        "linmei_LATE_12_345_feedback.html",
        "Zhang Wei_8_assignsubmission_file_/feedback.html",
    }
    assert (
        held["linmei_LATE_12_345_feedback.html"] == (out / "linmei" / give_back.PAGE).read_bytes()
    )


def test_canvas_comments_stand_beside_the_points(tmp_path):
    report.write(marked([row("mei")], mei={"id": "12", "name": "Lin, Mei"}), tmp_path)
    with (tmp_path / give_back.FOLDER / "canvas_comments.csv").open(newline="") as file:
        head, line = list(csv.reader(file))
    assert head[:5] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
    assert line[:2] == ["Lin, Mei", "12"] and line[head.index("01_user_value")] == "1"
    assert "rfm_scores: 1 of 2" in line[head.index("Comment")]


# ---- in a browser -------------------------------------------------------------------------------

BLOB = """
window.saved = []; URL.createObjectURL = (blob) => { blob.text().then((t) => saved.push(t));
return "#saved"; };
"""


def test_tables_are_sorted_and_scores_are_saved(tmp_path, browser):
    rows = [row(f"l{i}", points=p) for i, p in enumerate((1.0, 0.5, 2.0))]
    found = marked(rows)
    memo = "segmentation_case.memo"
    found.collected = Collected(5, {"l0": {memo: "Ours."}, "l1": {memo: "Mine."}})
    report.write(found, tmp_path)
    browser.get((tmp_path / "index.html").as_uri())
    points = "#learners ~ table td:nth-child(2)"

    def shown():
        return [each.text for each in browser.find_elements(By.CSS_SELECTOR, points)]

    head = browser.find_elements(By.CSS_SELECTOR, "#learners ~ table th")[1]
    head.click()
    assert shown() == ["2 of 2", "1 of 2", "0.5 of 2"]
    head.click()
    assert shown() == ["0.5 of 2", "1 of 2", "2 of 2"]
    browser.find_element(By.ID, "find").send_keys("l2")
    assert [text for text in shown() if text] == ["2 of 2"]

    browser.get((tmp_path / scoring.FOLDER / f"{memo}.html").as_uri())
    browser.execute_script(BLOB)
    card = browser.find_element(By.CSS_SELECTOR, "[data-answer]")
    for field in card.find_elements(By.CSS_SELECTOR, "input"):
        field.send_keys("1")
    card.find_element(By.CSS_SELECTOR, "textarea").send_keys('Say "when", then why.')
    browser.find_element(By.ID, "marker").send_keys("Dr Li")
    browser.find_element(By.ID, "save").click()
    saved = WebDriverWait(browser, 10).until(lambda b: b.execute_script("return saved[0]"))
    (tmp_path / scoring.FOLDER / "saved.csv").write_text(saved, "utf-8")
    (score,) = scoring.read(found.collected, tmp_path)
    assert (score.marker, score.total) == ("Dr Li", 8) and score.comment == 'Say "when", then why.'

    def after_a_refresh(window):
        window.refresh()
        return window.find_element(By.ID, "count").text

    # What a page keeps reaches the disk a moment later than the page goes on.
    kept = WebDriverWait(browser, 20)
    assert kept.until(lambda window: after_a_refresh(window) == "1 of 2 scored")


@pytest.mark.parametrize(
    "name", [*sorted(give_back.FILES), "con", "nul.x", "lpt1", "..", "x\u202ey"]
)
def test_no_name_of_a_learner_is_in_the_way_of_a_file(tmp_path, name):
    found = marked([row(name), row("mei")])
    report.write(found, tmp_path)
    report.write(found, tmp_path)
    folders = {path.name for path in (tmp_path / give_back.FOLDER).iterdir() if path.is_dir()}
    assert len(folders) == 2 and name not in folders
    assert not any(report.DEVICE.match(folder) for folder in folders)
    with open(tmp_path / give_back.FOLDER / give_back.MAIL, encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == 2


@pytest.mark.parametrize(
    "cell", ["=1+1", " =1+1", "\t=1+1", "\uff1d1+1", "\uff0b1", "@x", "-1", "+1"]
)
def test_no_cell_is_a_formula(tmp_path, cell):
    gradebook.write_csv(tmp_path / "x.csv", [[cell, "a=b"]])
    with open(tmp_path / "x.csv", encoding="utf-8") as file:
        ((first, second),) = csv.reader(file)
    assert first.startswith("'") and second == "a=b"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\u3000\u3000结果\u00a0是\r\n\t1", "\u3000\u3000结果\u00a0是\r\n\t1"),
        ("\U0001f469\u200d\U0001f467", "\U0001f469\u200d\U0001f467"),
        ("pay\u202eyap \x1b[0m\ud800", "pay\ufffdyap \ufffd[0m\ufffd"),
    ],
)
def test_a_page_shows_spaces_of_every_script_and_nothing_that_hides(text, shown):
    assert pages._visible(text) == shown
