"""Submissions that try to cheat, break or spy, marked among honest ones.

``tests/hostile`` holds a source each. One that succeeded in what it tries would return the right
answer, end the marker, or change somebody's marks.
"""

import csv
import json
import os
import re
import sys
from pathlib import Path

import pytest

from utils import catalogue
from utils.grading import grade, report
from utils.grading.budget import Limits
from utils.grading.sandbox import confinement

HERE = Path(__file__).parent
SOURCES = {path.stem: path.read_text("utf-8") for path in sorted((HERE / "hostile").glob("*.py"))}
RIGHT = """
def average_basket(basket_ids, sales):
    return sum(sales) / len(set(basket_ids)) if basket_ids else float("nan")
"""
STUB = 'def average_basket(basket_ids, sales):\n    raise NotImplementedError("yours to write")\n'
# What the sentence in the report has to say; the others fail with an ordinary exception.
SAYS = {
    "endless_loop": "did not finish",
    "swallowing_loop": "did not finish",
    "sleep": "did not finish",
    "exits": "ended the Python process",
    "kills_itself": "ended the Python process",
    "segfaults": "ended the Python process",
    "memory_bomb": "MemoryError",
    "process_bomb": "not permitted",
    "starts_a_shell": "not permitted",
    "kills_everybody": "nobody can be killed",
    "disk_bomb": "No usable temporary directory",
    "reads_the_solution": "no solution was found",
    "network": "not permitted",
    "listens": "not permitted",
    "reads_the_environment": "no secret was found",
    "walks_the_frames": "no frame knows",
    "walks_a_traceback": "no frame knows",
    "asks_the_collector": "no object is the reference",
    "floods_the_channel": "something other than its result",
    "asks_without_end": "implementation that it was not given",
    "signals_by_fcntl": "no signal can be asked for",
    "asks_the_kernel": "every call was refused",
    "reads_proc": "nothing in /proc says",
    "colliding_keys": "something other than its result",
    "broadcast_scalars": "something other than its result",
    "one_value_that_swells": "something other than its result",
    "ends_by_sigkill_at_the_top": "ended the Python process",
    "ends_its_first_thread": "did not finish",
    "stops_itself": "did not finish",
    "array_without_end": "did not finish",
    "items_without_end": "did not finish",
    "error_without_end": "did not finish",
    "turns_its_alarm_off": "did not finish",
    "hooks_the_collector": "did not finish",
    "half_a_reply": "did not finish",
    "nested_reply": "something other than its result",
    "takes_every_descriptor": "pipes were all",
    "reads_the_directory": "no neighbour was found",
    "opens_what_is_not_a_file": "nothing is shared",
}

needs_sandbox = pytest.mark.skipif(
    not confinement.available().enough, reason=" ".join(confinement.available().missing())
)


def notebook(*cells, **more):
    book = {
        "cells": [
            {"cell_type": "code", "id": f"c{i}", "metadata": {}, "outputs": [], "source": source}
            for i, source in enumerate(cells)
        ],
        "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(book | more).encode()


FILES = {
    "broken_json": b'{"cells": [',
    "not_a_notebook": b"[1, 2, 3]",
    "nested_json": b'{"cells": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "binary": bytes(range(256)) * 100,
    "empty": b"",
    "other_kernel": notebook(RIGHT, metadata={"kernelspec": {"name": "ir", "language": "R"}}),
    "odd_metadata": notebook(RIGHT, metadata=[1], nbformat="four"),
    "magics": notebook("%matplotlib inline\n!rm -rf build\nx = 1\n" + RIGHT, "%%bash\nexit 1"),
    "null_bytes": notebook("x = 1\0", RIGHT),
    "invalid_utf8": notebook("# caf\xe9", RIGHT).replace(b"caf\\u00e9", b"caf\xe9"),
    "half_characters": notebook("text = '\ud800'", RIGHT),
    "deep_source": notebook(
        "x = " + "(" * 50_000 + ")" * 50_000, "y = " + "-" * 50_000 + "1", RIGHT
    ),
    "long_chain": notebook("x = " + "+".join(["1"] * 100_000), RIGHT),
    "syntax_error": notebook("def broken(:", RIGHT),
    "failing_cell": notebook("1 / 0", RIGHT, "raise SystemExit"),
    "moved_and_copied": notebook(RIGHT, "print(average_basket([1], [2.0]))", STUB),
    "renamed": notebook(RIGHT.replace("average_basket", "average_baskets")),
    "deleted": notebook("x = 1"),
    "broken_answer": notebook("def average_basket(basket_ids, sales:\n    return 0"),
    "many_definitions": notebook("\n".join(f"def f{i}(): pass" for i in range(40_000)), RIGHT),
    "many_names": notebook("x = [" + ",".join(f"n{i}" for i in range(20_000)) + "]", RIGHT),
    "names_that_need_each_other": notebook(
        ",".join(f"n{i}" for i in range(8_000)) + " = " + ",".join(f"n{i}" for i in range(8_000)),
        RIGHT.replace("return", "n1\n    return", 1),
    ),
    "many_cells": notebook(*["x = 1"] * 3_000, RIGHT),
    "long_names": notebook("\n".join(f"def {'a' * 900}{i}(): pass" for i in range(500)), "x = 1"),
    "flood_of_magics": notebook("\n".join(["%timeit x", "!ls"] * 3_000), RIGHT),
    "magics_and_brackets": notebook("%time (" + "(" * 3_000 + "\n" + "!x\n" * 3_000, RIGHT),
    "nested_calls": notebook("f(" * 90 + "1" + ")" * 90 + "\n{" * 60, RIGHT),
    "long_string_of_dots": notebook("x" + ".x" * 200_000, RIGHT),
    "nbformat_3": json.dumps(
        {
            "nbformat": 3,
            "nbformat_minor": 0,
            "metadata": {"name": ""},
            "worksheets": [
                {
                    "cells": [
                        {
                            "cell_type": "code",
                            "input": [RIGHT],
                            "language": "python",
                            "collapsed": False,
                            "metadata": {},
                            "outputs": [],
                        }
                    ],
                    "metadata": {},
                }
            ],
        }
    ).encode(),
    "nbformat_3_of_nonsense": b'{"nbformat": 3, "worksheets": [{"cells": [[1], {"a": 7}]}]}',
}
EARN = {
    "other_kernel",
    "odd_metadata",
    "magics",
    "null_bytes",
    "invalid_utf8",
    "half_characters",
    "deep_source",
    "long_chain",
    "syntax_error",
    "failing_cell",
    "moved_and_copied",
    "renamed",
    "many_names",
    "flood_of_magics",
    "magics_and_brackets",
    "nested_calls",
    "long_string_of_dots",
    "nbformat_3",
}


@pytest.fixture(scope="module")
def marked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    submissions, out = folder / "submissions", folder / "report"
    submissions.mkdir()
    for name, source in SOURCES.items():
        source = source.replace("SUBMISSIONS", str(submissions)).replace("REPORT", str(out))
        (submissions / f"{name}.ipynb").write_bytes(notebook(source))
    for name, content in FILES.items():
        (submissions / f"{name}.ipynb").write_bytes(content)
    for name in ("aaron", "mei", "zoe"):
        (submissions / f"{name}.ipynb").write_bytes(notebook(RIGHT))
    os.environ["COURSE_TEST_SECRET"] = "secret"
    try:
        found = grade.grade(
            submissions,
            out,
            jobs=2,
            limits=Limits(seconds=0.3, memory_mb=300),
            chapters=["00"],
            progress=False,
        )
    finally:
        del os.environ["COURSE_TEST_SECRET"]
    report.write(found, out)
    return found, out


def row_of(marked, name):
    (row,) = [row for row in marked[0].rows if row.learner == name]
    return row


def notes_of(marked, name):
    (each,) = [each for each in marked[0].submissions if each.learner.key == name]
    return each.notes


pytestmark = [needs_sandbox, pytest.mark.skipif(sys.platform != "linux", reason="Linux only")]


def test_there_are_enough():
    assert len(SOURCES) + len(FILES) >= 30


@pytest.mark.parametrize("name", SOURCES)
def test_hostile_earns_nothing_and_is_reported(marked, name):
    row = row_of(marked, name)
    assert row.points == 0, row
    assert row.message
    assert SAYS.get(name, "") in row.message


@pytest.mark.parametrize("name", FILES)
def test_odd_file_is_read_as_far_as_it_can_be(marked, name):
    row = row_of(marked, name)
    assert (row.status == "passed") is (name in EARN), (row, notes_of(marked, name))
    if name not in ("failing_cell", "many_names", "names_that_need_each_other", "nbformat_3"):
        assert notes_of(marked, name) or row.notes or row.message


def test_nobody_else_is_harmed(marked):
    for name in ("aaron", "mei", "zoe"):
        assert row_of(marked, name).status == "passed"
    assert len(marked[0].rows) == len(SOURCES) + len(FILES) + 3


def test_report_is_whole_and_escaped(marked):
    _, out = marked
    with (out / "gradebook.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(SOURCES) + len(FILES) + 3
    for page in [out / "index.html", *(out / "learners").glob("*.html")]:
        text = page.read_text("utf-8")
        assert len(text) < 200_000
        # The instructor's page has one of ours.
        assert text.count("<script") == (page.name == "index.html") and "<img" not in text
        # What an answer learned from hidden calls.
        assert page.name == "index.html" or _of_visible_calls(text)
    assert len(list((out / "learners").glob("*.html"))) == len(rows)


def _of_visible_calls(text):
    """Whether nothing is said of a call but of those in the statement."""
    text = re.sub(r"<details><summary>Your answer.*?</details>", "", text, flags=re.DOTALL)
    said = re.findall(r"HIDDEN *(\d+|\[.*?\] \[.*?\])", text)
    shown = catalogue.load("start_here")["average_basket"].examples
    known = {f"{b} {s}" for b, s in shown} | {str(len(s)) for _, s in shown}
    return set(said) <= known
