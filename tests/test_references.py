"""Every reference is right for every form of its arguments that the statement allows.

A table comes from a file, a database or another exercise: its whole numbers may be narrow, its
words may be categories, its columns may know missing values, and its arrays may be a view of others
or locked. The value must be the same as for the plain form of the same numbers and words. A form
that a statement rules out is declared in ``NOT_ALLOWED``, with the reason.
"""

import inspect
import re
import warnings

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from utils import catalogue
from utils.execution.outcomes import Outcome
from utils.exercises import WriteIt, attempt, differences, equality
from utils.exercises.query import WriteTheQuery

# Calls of a property that are tried in each form.
MOST_CALLS = 2


def narrow(*dtypes):
    """Whole numbers as the first of these types into which all of them fit."""

    def convert(values):
        if values.dtype.kind not in "iu" or not values.size:
            return values
        for limits in map(np.iinfo, dtypes):
            if limits.min <= values.min() and values.max() <= limits.max:
                return values.astype(limits.dtype)
        return values

    return convert


def single(values):
    """Floats as float32, where none of them changes."""
    if values.dtype != "float64":
        return values
    with np.errstate(over="ignore"):
        short = values.astype("float32")
    return short if np.array_equal(short, values, equal_nan=True) else values


def locked(values):
    """Values that cannot be written to."""
    values = values.copy()
    values.setflags(write=False)
    return values


def strided(values):
    """Every second value of an array of others: not contiguous in memory."""
    return np.repeat(values, 2, axis=-1)[..., ::2]


def by_columns(values):
    """A table of numbers that lies in memory column by column."""
    return np.asfortranarray(values)


def as_list(values):
    """Python's own numbers."""
    return values.tolist()


def as_array(values):
    """An array of the widest type."""
    return values.copy()


def nullable(values):
    """A column that knows missing values of its own."""
    if values.dtype.kind in "iufb":
        return pd.array(values, dtype=pd.Series(values).convert_dtypes().dtype)
    return values


def categorical(values):
    """A column of words as categories."""
    is_words = values.dtype == object and values.size
    if is_words and all(isinstance(each, str) or pd.isna(each) for each in values):
        return pd.Categorical(values)
    return values


# How values are converted, and of what: arrays, columns of tables and series, or what may be any
# array or list.
FORMS = {
    "narrow": (narrow("int8", "int16", "int32"), "arrays columns"),
    "narrow_unsigned": (narrow("uint8", "uint16", "uint32"), "arrays columns"),
    "float32": (single, "arrays columns"),
    "read_only": (locked, "arrays columns"),
    "not_contiguous": (strided, "arrays"),
    "column_major": (by_columns, "arrays"),
    "nullable": (nullable, "columns"),
    "list": (as_list, "array_like"),
    "array": (as_array, "array_like"),
    "categorical": (categorical, "columns"),
}
# Exercise and form: why the statement does not allow it.
NOT_ALLOWED: dict[tuple[str, str], str] = {}


def in_form(arg, convert, where, is_loose=False):
    """An argument in another form; itself where the form changes nothing of it.

    ``is_loose`` says that the statement takes any array or list.
    """
    if isinstance(arg, list) and is_loose and where != "columns":
        return _array(arg, convert)
    if isinstance(arg, np.ndarray) and arg.ndim and (is_loose or where != "array_like"):
        return convert(arg) if where != "columns" else arg
    if isinstance(arg, sparse.csr_matrix) and convert in OF_SPARSE:
        data = convert(arg.data)
        made = sparse.csr_matrix((data, arg.indices, arg.indptr), shape=arg.shape)
        return made if data is not arg.data else arg
    if isinstance(arg, pd.Series) and "columns" in where:
        return _series(arg, convert)
    if isinstance(arg, pd.DataFrame) and "columns" in where:
        columns = {i: _series(arg.iloc[:, i], convert) for i in range(arg.shape[1])}
        same = all(columns[i].dtype == arg.dtypes.iloc[i] for i in columns)
        return arg if same and convert is not locked else _frame(arg, columns)
    if isinstance(arg, (list, tuple)) and any(isinstance(each, TABLES) for each in arg):
        return type(arg)(in_form(each, convert, where) for each in arg)
    return arg


TABLES = (np.ndarray, pd.Series, pd.DataFrame)
OF_SPARSE = [FORMS[name][0] for name in ("narrow", "narrow_unsigned")]


def _array(arg, convert):
    """A list of numbers as an array in a form; itself where it holds anything else."""
    try:
        values = np.asarray(arg)
    except ValueError:
        return arg
    if not values.size or values.dtype.kind not in "iuf" or convert is as_list:
        return arg
    made = convert(values)
    return arg if made is values else made


def _frame(arg, columns):
    made = pd.DataFrame(columns, index=arg.index, copy=False)
    made.columns = arg.columns
    return made


def _series(column, convert):
    values = column.to_numpy(dtype=object) if _is_words(column) else column.to_numpy()
    if column.dtype.kind not in "iufbO" and not _is_words(column):
        return column
    made = convert(values)
    if made is values:
        return column
    return pd.Series(made, index=column.index, name=column.name, copy=False)


def _is_words(column):
    return isinstance(column.dtype, pd.StringDtype) or column.dtype == object


def any_array(task):
    """For each argument, whether the statement takes any array or list."""
    stated = {}
    pattern = r"^(\w+(?:, \w+)*) : (array_like|sequence|float or ndarray)"
    for names, _ in re.findall(pattern, inspect.getdoc(task.reference), re.MULTILINE):
        stated |= dict.fromkeys(names.split(", "), True)
    known = differences.parameters(task)
    return [bool(each) and each.name in stated for each in known]


def outcome(task, args):
    """What the reference does, without copying its arguments, which would undo their form."""
    call = task.reference if task.adapter is None else None
    try:
        with warnings.catch_warnings(action="ignore"):
            value = call(*args) if call else task.adapter(task.reference, *args)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return Outcome(value)


def tried(task):
    """Some calls of each property."""
    asked = attempt.sheet(task, 0)
    seen = {}
    for case in asked.cases:
        seen.setdefault(case.criterion, []).append(case)
    return asked, [case for cases in seen.values() for case in cases[:MOST_CALLS]]


def calls(topic, name):
    """Each form of each call that is tried: its name, the sheet, the call and the arguments."""
    task = catalogue.load(topic)[name]
    asked, cases = tried(task)
    loose = any_array(task)
    for form, (convert, where) in FORMS.items():
        for case in cases if (name, form) not in NOT_ALLOWED else ():
            rows = zip(case.args, [*loose, *[False] * len(case.args)], strict=False)
            args = [in_form(arg, convert, where, is_loose) for arg, is_loose in rows]
            if any(a is not b for a, b in zip(case.args, args, strict=True)):
                yield form, asked, case, args


def problems(topic, name):
    """The forms on which a reference is wrong, with what it does there."""
    found = {}
    for form, asked, case, args in calls(topic, name):
        done, right = outcome(asked.exercise, args), asked.expected(case)
        if isinstance(done, str):
            wrong = "" if right.failure else done
        elif right.failure:
            wrong = f"no {right.failed_by}"
        elif equality.close(right.value, done.value) or asked.exercise.is_right(asked, case, done):
            continue
        else:
            both = [equality.describe(each.value, 90) for each in (done, right)]
            wrong = f"{both[0]}, not {both[1]}"
        if wrong:
            found.setdefault(form, f"{case.criterion}: {wrong}")
    return found


WRITTEN = [
    (topic, name)
    for topic in catalogue.topics()
    for name, task in catalogue.load(topic).items()
    if isinstance(task, WriteIt) and not isinstance(task, WriteTheQuery)
]


@pytest.mark.parametrize(("topic", "name"), WRITTEN)
def test_a_reference_is_right_for_each_form_of_its_arguments(topic, name):
    assert problems(topic, name) == {}


def test_the_forms_are_what_they_say():
    values = np.array([0, 127])
    assert FORMS["narrow"][0](values).dtype == "int8"
    assert FORMS["narrow"][0](values + 1).dtype == "int16"
    assert FORMS["narrow_unsigned"][0](values + 1).dtype == "uint8"
    assert FORMS["narrow_unsigned"][0](values - 1).dtype == "int64"
    assert not FORMS["not_contiguous"][0](values).flags.contiguous
    assert not FORMS["read_only"][0](values).flags.writeable
    table = pd.DataFrame({"n": [1, 2], "word": ["a", None], "x": [0.5, 0.1]})
    assert in_form(table, nullable, "columns").dtypes.astype(str).tolist()[0] == "Int64"
    assert in_form(table, categorical, "columns")["word"].dtype == "category"
    assert in_form(table, single, "columns")["x"].dtype == "float64"


def test_what_is_not_allowed_is_an_exercise_and_a_form():
    names = {name for _, name in WRITTEN}
    assert all(name in names and form in FORMS for name, form in NOT_ALLOWED)


@pytest.mark.parametrize(("topic", "name"), WRITTEN)
def test_a_statement_says_that_the_arguments_are_left(topic, name):
    reference = catalogue.load(topic)[name].reference
    said = " ".join(inspect.getdoc(reference).split())
    assert re.search(r"left as (it|they)|(not|never) changed", said)
