"""Every reference is right for every form of its arguments that the statement allows.

A table comes from a file, a database or another exercise: its whole numbers may be narrow, its
words may be categories, its columns may know missing values, and its arrays may be a view of others
or locked. The value must be the same as for the plain form of the same numbers and words. A form
that a statement rules out is declared in ``NOT_ALLOWED``, with the reason.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest

from utils import catalogue
from utils.execution.outcomes import Outcome
from utils.exercises import WriteIt, attempt, equality
from utils.exercises.query import WriteTheQuery

# Calls of a property that are tried in each form.
MOST_CALLS = 2
NARROW = ("int8", "uint8", "int16", "uint16", "int32", "uint32")


def narrow(dtype):
    """Whole numbers as a narrower type, where all of them fit into it."""

    def convert(values):
        if not isinstance(values, np.ndarray) or values.dtype.kind not in "iu" or not values.size:
            return values
        limits = np.iinfo(dtype)
        fits = limits.min <= values.min() and values.max() <= limits.max
        return values.astype(dtype) if fits else values

    return convert


def single(values):
    """Floats as float32, where none of them changes."""
    if not isinstance(values, np.ndarray) or values.dtype != "float64":
        return values
    with np.errstate(over="ignore"):
        short = values.astype("float32")
    return short if np.array_equal(short, values, equal_nan=True) else values


def locked(values):
    """Values that cannot be written to."""
    if isinstance(values, np.ndarray):
        values = values.copy()
        values.setflags(write=False)
    return values


def strided(values):
    """Every second value of an array of others: not contiguous in memory."""
    if not isinstance(values, np.ndarray) or values.ndim == 0:
        return values
    return np.repeat(values, 2, axis=-1)[..., ::2]


def by_columns(values):
    """A table of numbers that lies in memory column by column."""
    return np.asfortranarray(values) if isinstance(values, np.ndarray) else values


def nullable(values):
    """A column that knows missing values of its own."""
    if isinstance(values, np.ndarray) and values.ndim == 1 and values.dtype.kind in "iufb":
        return pd.array(values, dtype=pd.Series(values).convert_dtypes().dtype)
    return values


def categorical(values):
    """A column of words as categories."""
    is_words = isinstance(values, np.ndarray) and values.dtype == object and values.size
    if is_words and all(isinstance(each, str) or pd.isna(each) for each in values):
        return pd.Categorical(values)
    return values


# How values are converted, and of what: arrays, columns of tables and series, or both.
FORMS = {
    **{name: (narrow(name), "arrays columns") for name in NARROW},
    "float32": (single, "arrays columns"),
    "read_only": (locked, "arrays columns"),
    "not_contiguous": (strided, "arrays"),
    "column_major": (by_columns, "arrays"),
    "nullable": (nullable, "columns"),
    "categorical": (categorical, "columns"),
}
# Topic, exercise (or "" for all) and form: why the statement does not allow it.
NOT_ALLOWED: dict[tuple[str, str], str] = {}


def in_form(arg, convert, where):
    """An argument in another form; itself where the form changes nothing of it."""
    if isinstance(arg, np.ndarray) and "arrays" in where:
        return convert(arg)
    if isinstance(arg, pd.Series) and "columns" in where:
        return _series(arg, convert)
    if isinstance(arg, pd.DataFrame) and "columns" in where:
        columns = {i: _series(arg.iloc[:, i], convert) for i in range(arg.shape[1])}
        if all(columns[i] is not None and columns[i].dtype == arg.dtypes.iloc[i] for i in columns):
            return arg if convert is not locked else _frame(arg, columns)
        return _frame(arg, columns)
    if isinstance(arg, dict):
        return {key: in_form(value, convert, where) for key, value in arg.items()}
    if isinstance(arg, (list, tuple)) and any(_holds_arrays(each) for each in arg):
        return type(arg)(in_form(each, convert, where) for each in arg)
    return arg


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


def _holds_arrays(value):
    return isinstance(value, (np.ndarray, pd.Series, pd.DataFrame, dict))


def changed(args, forms):
    """Whether a form changes anything that can be seen from outside."""
    return any(a is not b for a, b in zip(args, forms, strict=True))


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


def problems(topic, name):
    """The forms on which a reference is wrong, with what it does there."""
    task = catalogue.load(topic)[name]
    asked, cases = tried(task)
    found = {}
    for form, (convert, where) in FORMS.items():
        for case in cases:
            args = [in_form(arg, convert, where) for arg in case.args]
            if not changed(case.args, args):
                continue
            done = outcome(task, args)
            expected = asked.expected(case)
            if expected.failure:
                if isinstance(done, Outcome):
                    found.setdefault(form, f"{case.criterion}: no {expected.failed_by}")
            elif isinstance(done, str):
                found.setdefault(form, f"{case.criterion}: {done}")
            elif not equality.close(expected.value, done.value) and not asked.exercise.is_right(
                asked, case, done
            ):
                said = f"{equality.describe(done.value, 90)}, not "
                said += equality.describe(expected.value, 90)
                found.setdefault(form, f"{case.criterion}: {said}")
    return found


if __name__ == "__main__":
    import sys, time
    for topic in sys.argv[1:] or catalogue.topics():
        for name, task in catalogue.load(topic).items():
            if isinstance(task, WriteIt) and not isinstance(task, WriteTheQuery):
                t = time.process_time()
                for form, text in problems(topic, name).items():
                    print(f"{topic}.{name} {form}: {text}")
                if time.process_time() - t > 1.5: print("   SLOW", name, time.process_time() - t)
    print(time.process_time())
