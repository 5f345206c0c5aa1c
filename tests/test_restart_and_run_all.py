"""Marking gives what *Restart and Run All* gives: right answers earn marks however written."""

import json
import sys

import pytest

from utils.grading import grade
from utils.grading.budget import Limits
from utils.grading.sandbox import confinement

pytestmark = pytest.mark.skipif(
    not confinement.available().enough, reason=" ".join(confinement.available().missing())
)

BODY = "return sum(sales) / len(set(basket_ids)) if basket_ids else float('nan')"
RIGHT = f"def average_basket(basket_ids, sales):\n    {BODY}\n"
# An answer that is right only once T says so.
TABLE = "def average_basket(basket_ids, sales):\n    if T.get('ready') != 1:\n        return -1.0\n"
TABLE += f"    {BODY}\n"

PASS = {
    "for_loop": ["T = {}\nfor k in ['ready']:\n    T[k] = 1", TABLE],
    "while_loop": ["T = {}\nwhile not T:\n    T['ready'] = 1", TABLE],
    "if_statement": ["T = {}\nif True:\n    T['ready'] = 1", TABLE],
    "try_statement": ["T = {}\ntry:\n    T['ready'] = 1\nexcept KeyError:\n    pass", TABLE],
    "with_statement": [
        "import contextlib\nT = {}\nwith contextlib.suppress(KeyError):\n    T['ready'] = 1",
        TABLE,
    ],
    "filled_by_a_function": ["T = {}", "def fill(t):\n    t['ready'] = 1", "fill(T)", TABLE],
    "filled_by_init": ["T = {}\ndef init():\n    T['ready'] = 1", "init()", TABLE],
    "filled_after_the_definition": [TABLE, "T = {}", "def init():\n    T['ready'] = 1", "init()"],
    "alias": ["T = {}\nt = T", "t['ready'] = 1", TABLE],
    "setattr": [
        "class C:\n    get = {}.get\nT = C()",
        "setattr(T, 'get', {'ready': 1}.get)",
        TABLE,
    ],
    "heappush": [
        "import heapq\nheap = []",
        "heapq.heappush(heap, 1)",
        TABLE.replace("T.get('ready')", "heap[0]"),
    ],
    "comprehension": ["T = {}", "[T.update({k: 1}) for k in ['ready']]", TABLE],
    "assigned_comprehension": ["T = {}", "_ = [T.update({k: 1}) for k in ['ready']]", TABLE],
    "registering_decorator": [
        "T = {}\ndef register(f):\n    T[f.__name__] = 1\n    return f",
        "@register\ndef ready():\n    pass",
        TABLE,
    ],
    "singledispatch": [
        "from functools import singledispatch\n@singledispatch\ndef mean(s, b):\n    return -1.0",
        "@mean.register\ndef _(s: list, b):\n"
        "    return sum(s) / len(set(b)) if b else float('nan')",
        "def average_basket(basket_ids, sales):\n    return mean(list(sales), list(basket_ids))",
    ],
    "wrapped_later": [
        RIGHT.replace("average_basket", "average_basket").replace("return", "return 2 *"),
        "def halved(f):\n    def inner(*a):\n        return f(*a) / 2\n    return inner",
        "average_basket = halved(average_basket)",
    ],
    "recursion_limit": [
        "import sys\nsys.setrecursionlimit(20_000)",
        "def depth(n):\n    return 0 if n == 0 else 1 + depth(n - 1)",
        RIGHT.replace("return", "assert depth(3_000) == 3_000\n    return", 1),
    ],
    "display_and_get_ipython": [
        RIGHT + "display(average_basket([1], [2.0]))",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
    ],
    "display_inside": [RIGHT.replace("return", "display(1)\n    return", 1)],
    "magic_inside": ["%load_ext autoreload\n" + RIGHT + "%timeit average_basket([1], [2.0])"],
    "indented_magic": [RIGHT + "if True:\n    %timeit average_basket([1], [2.0])"],
    "timed_assignment": ["%time T = {'ready': 1}", TABLE],
    "time_cell": ["%%time\nT = {'ready': 1}", TABLE],
    "shell_assignment": ["files = !ls\n" + RIGHT],
    "asks_for_input": ["name = input('Your name?')", RIGHT],
    "input_in_the_same_cell": [RIGHT + "name = input()\nprint(name, average_basket)"],
    "installs": ["!pip install nothing\n%pip install nothing", RIGHT],
    "downloads": [
        "import urllib.request\npage = urllib.request.urlopen('http://localhost:9')\n" + RIGHT
    ],
    "temporary_file": [
        "import tempfile\nwith tempfile.TemporaryFile() as f:\n    f.write(b'x')",
        RIGHT,
    ],
    "temporary_file_beside_it": [RIGHT + "open('average_basket.txt', 'w').write('x')"],
    "lambda": ["average_basket = lambda b, s: sum(s) / len(set(b)) if b else float('nan')"],
    "partial": [
        "from functools import partial\ndef mean(n, b, s):\n"
        "    return n * sum(s) / len(set(b)) if b else float('nan')\n"
        "average_basket = partial(mean, 1)"
    ],
    "callable_object": [
        "class Mean:\n    def __call__(self, b, s):\n        return sum(s) / len(set(b)) if b else "
        "float('nan')\naverage_basket = Mean()"
    ],
    "decorator_without_wraps": [
        "def loud(f):\n    def inner(*a):\n        return f(*a)\n    return inner",
        "@loud\n" + RIGHT,
    ],
    "demonstration_that_fails": [RIGHT, "average_basket(1, 2)", "1 / 0"],
    "sleeps_at_the_top": ["import time\ntime.sleep(3600)\n" + RIGHT],
    "hangs_in_a_test": [RIGHT, "while average_basket([1], [2.0]):\n    pass"],
    "exits_in_a_test": [RIGHT, "import os\nif average_basket([1], [2.0]):\n    os._exit(1)"],
    "stub_copied_below": [
        RIGHT,
        'def average_basket(basket_ids, sales):\n    raise NotImplementedError("yours to write")',
    ],
    "uses_a_constant_of_the_cell": ["FACTOR = 1\n" + RIGHT.replace("return", "return FACTOR *", 1)],
    "annotated": [
        "average_basket: object = lambda b, s: sum(s) / len(set(b)) if b else float('nan')"
    ],
    "checks_itself": [RIGHT, "from utils.check import check\ncheck(average_basket)"],
}
SAY = {
    "rebound": (
        [RIGHT, "average_basket = average_basket([1], [2.0])"],
        "is of type float and no function after all cells ran: cell 2",
    ),
    "deleted": ([RIGHT, "del average_basket"], "is not there after all cells ran: cell 2"),
    "in_a_text_cell": ([("markdown", RIGHT)], "stands in cell 1, which is text and is not run"),
    "in_a_raw_cell": ([("raw", RIGHT)], "stands in cell 1, which is text and is not run"),
    "no_cell": (["x = 1"], "No cell defines average_basket"),
}
if sys.version_info < (3, 12):
    SAY |= {
        "type_parameters": (
            [RIGHT.replace("average_basket(", "average_basket[T](")],
            "syntax of Python 3.12 or later",
        ),
        "nested_quotes": (
            [RIGHT + "text = f'{'a' + 'b'}'"],
            "syntax of Python 3.12 or later",
        ),
    }


def notebook(cells):
    pairs = [("code", cell) if isinstance(cell, str) else cell for cell in cells]
    return json.dumps(
        {
            "cells": [
                {"cell_type": kind, "metadata": {}, "id": f"c{i}", "source": source}
                for i, (kind, source) in enumerate(pairs)
            ],
            "metadata": {},
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    (folder / "in").mkdir()
    said = {name: cells for name, (cells, _) in SAY.items()}
    for name, cells in (PASS | said).items():
        (folder / "in" / f"{name}.ipynb").write_text(notebook(cells), "utf-8")
    limits = Limits(seconds=2.0, memory_mb=512)
    marked = grade.grade(
        folder / "in", folder / "out", limits=limits, chapters=["00"], seed=7, progress=False
    )
    return {row.learner: row for row in marked.rows}


@pytest.mark.parametrize("name", PASS)
def test_right_answer_earns_its_marks(rows, name):
    assert rows[name].status == "passed", (rows[name].message, rows[name].notes)


@pytest.mark.parametrize("name", SAY)
def test_what_happened_is_said(rows, name):
    assert rows[name].points == 0
    assert SAY[name][1] in rows[name].message
