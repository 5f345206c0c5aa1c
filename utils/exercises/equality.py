"""When two values say the same, and how a value is written for people."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from utils.execution.plain import Implementation, Opaque


def close(expected: Any, got: Any, rtol: float = 1e-6, atol: float = 1e-9) -> bool:
    """Whether ``got`` says the same as ``expected``.

    Numbers agree within ``rtol`` and ``atol``, whole numbers exactly; NaN agrees with NaN. A
    sequence may come as a list, a tuple, an array or a series; where a series or a frame is
    expected, its labels count, its name and its types do not.

    Examples
    --------
    >>> close([1, 2.0], np.array([1.0, 2.0])), close([1, 2], [2, 1]), close(0.1 + 0.2, 0.3)
    (True, False, True)
    """
    try:
        return _close(expected, got, rtol, atol)
    except Exception:
        # Values that cannot be compared (ragged lists, mixed types) are not equal.
        return False


def _close(expected: Any, got: Any, rtol: float, atol: float) -> bool:
    if isinstance(got, Opaque) or isinstance(expected, Opaque):
        return False
    if isinstance(got, np.ndarray) and got.ndim == 0:
        got = got[()]
    if expected is None or expected is pd.NaT:
        return got is expected or (expected is pd.NaT and bool(pd.isna(got)))
    if isinstance(expected, str):
        return isinstance(got, str) and expected == got
    if isinstance(expected, (bool, np.bool_)):
        return isinstance(got, (bool, np.bool_, int, float, np.number)) and bool(expected == got)
    if isinstance(expected, (int, float, np.number)):
        return _same_number(expected, got, rtol, atol)
    if isinstance(expected, (pd.Timestamp, pd.Timedelta, np.datetime64, np.timedelta64)):
        return bool(pd.Series([expected]).eq(pd.Series([got])).item())
    if isinstance(expected, dict):
        return (
            isinstance(got, dict)
            and expected.keys() == got.keys()
            and all(_close(expected[key], got[key], rtol, atol) for key in expected)
        )
    if isinstance(expected, (set, frozenset)):
        return isinstance(got, (set, frozenset)) and expected == got
    if isinstance(expected, pd.DataFrame) and len(expected) == 0:
        # Selecting no row by an empty list also selects no column: nothing is nothing.
        return isinstance(got, pd.DataFrame) and len(got) == 0
    if isinstance(expected, pd.DataFrame):
        return (
            isinstance(got, pd.DataFrame)
            and expected.shape == got.shape
            and set(expected.columns) == set(got.columns)
            and all(_close(expected[c], got[c], rtol, atol) for c in expected.columns)
        )
    if isinstance(expected, pd.Series):
        return (
            isinstance(got, pd.Series)
            and len(expected) == len(got)
            and _same_items(expected.index, got.index, rtol, atol)
            and _same_items(expected, got, rtol, atol)
        )
    if sparse.issparse(expected):
        if not sparse.issparse(got) or expected.shape != got.shape:
            return False
        # As floats: the distance of whole numbers may wrap around, to a negative one.
        expected, got = expected * 1.0, got * 1.0
        gap = abs(expected - got) - rtol * abs(expected)
        return bool(gap.nnz == 0 or gap.max() <= atol)
    return _same_items(expected, got, rtol, atol)


def _same_number(expected: Any, got: Any, rtol: float, atol: float) -> bool:
    if isinstance(got, (bool, np.bool_)) or not isinstance(got, (int, float, np.number)):
        return False
    if expected != expected or got != got:
        return bool(expected != expected and got != got)
    # Whole numbers are often names (an item, a household): near is not equal.
    rtol = 0.0 if isinstance(expected, (int, np.integer)) else rtol
    return math.isclose(expected, got, rel_tol=rtol, abs_tol=atol)


def _same_items(expected: Any, got: Any, rtol: float, atol: float) -> bool:
    if not isinstance(got, (list, tuple, np.ndarray, pd.Series, pd.Index, pd.DataFrame)):
        return False
    if isinstance(expected, (list, tuple)) and not _numeric(expected):
        items = list(got)
        return len(expected) == len(items) and all(
            _close(e, g, rtol, atol) for e, g in zip(expected, items, strict=True)
        )
    left, right = np.asarray(expected), np.asarray(got)
    if left.size == 0:
        # An empty list has no type and no second dimension to compare.
        return right.size == 0 and (left.ndim == right.ndim or left.ndim == 1)
    if left.shape != right.shape:
        return False
    if left.dtype.kind == "b":
        return right.dtype.kind in "biuf" and bool((left == right).all())
    if left.dtype.kind in "iuf":
        if right.dtype.kind not in "iuf":
            return right.dtype.kind == "O" and _each(left, right, rtol, atol)
        rtol = rtol if left.dtype.kind == "f" else 0.0
        return bool(np.isclose(right, left, rtol=rtol, atol=atol, equal_nan=True).all())
    if left.dtype.kind in "mM":
        return bool(((left == right) | (pd.isna(left) & pd.isna(right))).all())
    return _each(left, right, rtol, atol)


def _each(left: np.ndarray, right: np.ndarray, rtol: float, atol: float) -> bool:
    pairs = zip(left.ravel().tolist(), right.ravel().tolist(), strict=True)
    return all(_close(e, g, rtol, atol) for e, g in pairs)


def _numeric(items: Any) -> bool:
    return len(items) > 8 and all(type(item) in (int, float) for item in items)


def is_whole(value: Any) -> bool:
    """Whether ``value`` is a whole number, of Python's or numpy's kind, and no bool.

    Examples
    --------
    >>> is_whole(np.int64(3)), is_whole(3.0), is_whole(True)
    (True, False, False)
    """
    return isinstance(value, (int, np.integer)) and not isinstance(value, bool)


def is_number(value: Any) -> bool:
    """Whether ``value`` is a real number, of Python's or numpy's kind, and no bool.

    Examples
    --------
    >>> is_number(2), is_number(np.float64(0.5)), is_number("2"), is_number(True)
    (True, True, False, False)
    """
    return is_whole(value) or isinstance(value, (float, np.floating))


# ---- for people -----------------------------------------------------------------------------


def describe(value: Any, width: int = 300) -> str:
    """``value`` as a learner reads it on a card: four digits, at most ``width`` characters.

    Examples
    --------
    >>> describe([(2, 2.6666667)]), describe(np.array([0.5, 1]))
    ('[(2, 2.667)]', '[0.5 1. ]')
    """
    text = _text(value)
    return text if len(text) <= width else text[: width - 1] + "…"


def _text(value: Any) -> str:
    if isinstance(value, np.ndarray):
        return np.array2string(value, precision=4, suppress_small=True, threshold=60)
    if isinstance(value, (pd.Series, pd.DataFrame)):
        return value.to_string(max_rows=10)
    if sparse.issparse(value):
        return f"sparse(shape={value.shape}, nnz={value.nnz})"
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}"
    if isinstance(value, np.integer):
        return str(int(value))
    if isinstance(value, Implementation):
        return value.key
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value[:60])) + ("" if len(value) <= 60 else ", …") + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_text, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(k)}: {_text(v)}" for k, v in value.items()) + "}"
    return repr(value)
