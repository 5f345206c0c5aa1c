"""Whatever arrives is a value or one sentence: in the decoder, the reader, the names of files.

Bounds are counted and not timed: what a message or a notebook may cost is capped beforehand.
"""

import contextlib
import json
import tempfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, configuration, given, settings
from hypothesis import strategies as st
from scipy import sparse

from utils.execution import outcomes, plain
from utils.execution.plain import NotPlain, from_bytes, to_bytes
from utils.exercises import equality
from utils.grading import answers, budget, notebooks, versions
from utils.grading.notebooks import Cell, ParsedNotebook

# What it remembers between runs has no place in a checkout.
configuration.set_hypothesis_home_dir(tempfile.mkdtemp(prefix="course-fuzzing-"))
MANY = settings(
    max_examples=400, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)

# ---- the decoder ----

TAGS = [
    *("opaque", "nat", "na", "int", "tuple", "set", "dict", "timestamp", "timedelta", "array"),
    *("objects", "column", "index", "series", "frame", "sparse", "implementation", "nonsense"),
]
FIELDS = ["v", "dtype", "shape", "at", "names", "freq", "column", "tuples", "index", "columns"]
FIELDS += ["format", "name"]
small = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(),
    st.text(max_size=8),
    st.sampled_from(["<f8", "|i1", "<M8[ns]", "object", "Int64", "csr", "dia", "lil", "D", "1ns"]),
    st.lists(st.integers(-2, 2**40), max_size=4),
)
forged = st.recursive(
    small,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.builds(
            lambda tag, fields: {"t": tag, **fields},
            st.sampled_from(TAGS),
            st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
        ),
    ),
    max_leaves=12,
)


def size(value):
    """What a value holds, in bytes and items, roughly."""
    if isinstance(value, (list, tuple, set)):
        return len(value) + sum(map(size, value))
    if isinstance(value, dict):
        return len(value) + sum(size(k) + size(v) for k, v in value.items())
    if isinstance(value, np.ndarray):
        return value.nbytes
    if isinstance(value, (pd.Series, pd.DataFrame, pd.Index)):
        return int(np.sum(value.memory_usage()))
    if sparse.issparse(value):
        return value.nnz
    return 1


@MANY
@given(forged, st.binary(max_size=64))
def test_a_forged_message_is_a_value_or_one_sentence(item, blocks):
    message = json.dumps(item).encode() + b"\0" + blocks
    try:
        value = from_bytes(message)
    except NotPlain:
        return
    assert size(value) <= 1_000 * len(message)
    # What has been rebuilt can be sent, compared and shown, and none of it raises.
    to_bytes(value)
    assert equality.close(value, value) in (True, False)
    equality.describe(value)


@MANY
@given(st.binary(max_size=300))
def test_any_bytes_are_an_outcome(message):
    outcome = outcomes.from_bytes(message)
    assert len(outcome.printed) <= outcomes.MAX_PRINTED


@MANY
@given(st.text(max_size=5_000), st.text(max_size=5_000), st.text(max_size=5_000))
def test_text_of_an_outcome_is_short(kind, message, printed):
    note = json.dumps([[kind, message, message], printed]).encode()
    packed = outcomes._SIZES.pack(4, 0, len(note)) + b"null" + note
    outcome = outcomes.from_bytes(packed)
    assert len(outcome.failure.kind) <= 80 and len(outcome.failure.message) <= 300
    assert len(outcome.printed) <= outcomes.MAX_PRINTED


plain_values = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**100), 2**100),
        st.floats(allow_nan=False),
        st.text(max_size=10),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=5), inner, max_size=5),
        st.sets(st.integers(), max_size=5),
    ),
    max_leaves=20,
)


@MANY
@given(plain_values)
def test_what_is_plain_survives(value):
    assert from_bytes(to_bytes(value)) == value


def collide(n):
    return [i * (2**61 - 1) for i in range(1, n)]


LABELS = {"names": [None], "column": {"t": "column", "dtype": "object", "v": [0]}}
ARRAY = {"t": "array", "dtype": "<f8", "shape": [1], "v": "AAAAAAAA8D8="}


@pytest.mark.parametrize(
    "item",
    [
        {"t": "set", "v": [{"t": "int", "v": hex(k)} for k in collide(100)]},
        {"t": "dict", "v": [[{"t": "int", "v": hex(k)}, 0] for k in collide(100)]},
        [{"t": "series", "name": None, "index": LABELS, "v": ARRAY}] * 5_000,
        {"t": "frame", "columns": LABELS, "index": LABELS, "v": [7]},
        {"t": "series", "name": None, "index": LABELS, "v": 7},
        {"t": "sparse", "format": "csr", "shape": [2**40, 2**40], "v": [ARRAY] * 3},
        {"t": "int", "v": "f" * 10_000},
        [[0] * 1_000] * 3_000,
    ],
)
def test_what_swells_is_refused(item):
    with pytest.raises(NotPlain):
        from_bytes(json.dumps(item).encode())


def test_a_sparse_matrix_keeps_the_memory_that_was_sent():
    matrix = sparse.dia_matrix(np.eye(5))
    assert from_bytes(to_bytes(matrix)).format == "csr"
    assert equality.close(matrix, from_bytes(to_bytes(matrix)))


def test_honest_tables_are_within_the_budget():
    frames = [pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]})] * 200
    assert len(from_bytes(to_bytes(frames))) == 200
    assert len(from_bytes(to_bytes(list(range(plain.MAX_ITEMS))))) == plain.MAX_ITEMS


# ---- the reader of notebooks ----

pieces = st.sampled_from(
    [
        *(
            "def f(x):\n    return T[x] + g(x)\n",
            "def g(x):\n    return x\n",
            "T = {}\n",
            "T['a'] = 1\n",
        ),
        *("for i in range(3):\n    T[i] = i\n", "f = g(f)\n", "del f\n", "%timeit f(1)\n", "!ls\n"),
        *("x = !ls\n", "%%time\n", "%%bash\n", "if 1:\n    %time y = 1\n", "class f:\n    a = T\n"),
        *("from a import *\n", "import sys\nsys.setrecursionlimit(9)\n", "@g\ndef f(x): pass\n"),
        *(
            "global f\n",
            "f: int\n",
            "lambda: f\n",
            "(",
            ")",
            '"""',
            "'",
            "\\",
            "\x0c",
            "\u2028",
            "\t",
        ),
        *(
            "async def f(): pass\n",
            "type f = int\n",
            "def f[T](): pass\n",
            "f'{'a'}'\n",
            "?f\n",
            "f?\n",
        ),
    ]
)
sources = st.one_of(st.lists(pieces, max_size=8).map("".join), st.text(max_size=60))


@MANY
@given(st.lists(sources, max_size=5), st.booleans())
def test_any_notebook_is_taken_apart(cells, handed_out):
    book = ParsedNotebook([Cell(f"cell {i}", text) for i, text in enumerate(cells)])
    digests = frozenset(book.digests[::2]) if handed_out else frozenset()
    for name in ("f", "g", "T"):
        found = answers.find(book, name, ["g"], ["f", "g"], answers.HandedOut({}, digests))
        if isinstance(found, answers.Missing):
            assert found.why.count("\n") == 0
            continue
        # What is sent is in the notebook's order, and a part of it.
        places = [(cell.label, position) for cell in found.cells for position in cell.statements]
        assert places == sorted(set(places))
        assert all(set(cell.essential) <= set(cell.statements) for cell in found.cells)


@MANY
@given(st.binary(max_size=200))
def test_any_bytes_are_a_notebook_or_one_sentence(raw):
    with contextlib.suppress(ValueError):
        notebooks.cells_of(raw)


json_values = st.recursive(
    st.one_of(st.none(), st.integers(), st.text(max_size=20), st.booleans()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                [
                    "cells",
                    "cell_type",
                    "source",
                    "metadata",
                    "kernelspec",
                    "id",
                    "language",
                    "worksheets",
                    "input",
                    "nbformat",
                ]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=15,
)


@MANY
@given(json_values)
def test_any_json_is_a_notebook_or_one_sentence(value):
    try:
        cells, remarks = notebooks.cells_of(json.dumps(value).encode())
    except ValueError:
        pass
    else:
        ParsedNotebook(cells)
        assert all(remark.count("\n") == 0 for remark in remarks)


def test_a_notebook_is_refused_before_it_costs_much(monkeypatch):
    monkeypatch.setattr(budget, "MAX_STATEMENTS", 10)
    with pytest.raises(ValueError, match="more than 10 statements"):
        ParsedNotebook([Cell("cell 1", "x = 1\n" * 11)])
    monkeypatch.setattr(budget, "MAX_CODE", 100)
    with pytest.raises(ValueError, match="of code"):
        notebooks.cells_of(
            json.dumps({"cells": [{"cell_type": "code", "source": "#" * 101}]}).encode()
        )


def test_each_statement_is_followed_once(monkeypatch):
    """What is read grows with the notebook: every statement here reads and binds all names."""
    names = [f"n{i}" for i in range(300)]
    both = ", ".join(names)
    book = ParsedNotebook(
        [Cell("cell 1", f"{both} = {both}\n" * 30), Cell("cell 2", "def f(): n0")]
    )
    made = []
    making = answers._Needed._making
    monkeypatch.setattr(
        answers._Needed, "_making", lambda self, name: made.append(name) or making(self, name)
    )
    assert len(answers.find(book, "f", [], ["f"]).cells) == 2
    assert len(made) <= 4 * (len(names) + 2)


# ---- names of files ----


@MANY
@given(st.text(min_size=1, max_size=40), st.floats(0, 1e10))
def test_any_name_has_a_version_and_a_learner(stem, modified):
    what, version = versions.version_of(stem, modified)
    assert what and len(version) == 3
    assert versions.learner_of(stem)
