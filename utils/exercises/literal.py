"""Plain data as the Python that builds it, so that a learner can paste a call and look into it."""

from __future__ import annotations

import datetime
import math
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

# So that a large table is not written at all; what is too long to be read, the caller decides.
MOST_VALUES = 1000


class NoLiteral(ValueError):
    """A value that is too large to be read, or of a type that is not written here."""


def literal(value: Any) -> str:
    """The expression that builds a small value, with ``np``, ``pd``, ``sparse`` and ``datetime``.

    Raises
    ------
    NoLiteral
        When it holds more than `MOST_VALUES` values, or is of a type that is not written here.

    Examples
    --------
    >>> literal(({"a": 0.1}, np.array([[1, 0]], dtype=np.int8)))
    "({'a': 0.1}, np.array([[1, 0]], dtype='int8'))"
    >>> literal(pd.Series([1.5, np.nan], index=["x", "y"]))
    "pd.Series([1.5, np.nan], index=['x', 'y'])"
    >>> literal(pd.Series([1, None], dtype="Int64"))
    "pd.Series([1, pd.NA], dtype='Int64')"
    """
    if _n_values(value) > MOST_VALUES:
        raise NoLiteral(f"more than {MOST_VALUES} values")
    return _literal(value)


def _n_values(value: Any) -> int:
    if isinstance(value, (np.ndarray, pd.Series, pd.Index)):
        return int(value.size)
    if isinstance(value, pd.DataFrame):
        return int(value.size) + len(value.columns)
    if sparse.issparse(value):
        return int(np.prod(value.shape))
    if isinstance(value, dict):
        return sum(map(_n_values, value)) + sum(map(_n_values, value.values()))
    if isinstance(value, (list, tuple, set, frozenset)):
        return sum(map(_n_values, value))
    return 1


def _literal(value: Any) -> str:
    if isinstance(value, (list, tuple, set, frozenset, dict)):
        return _of_container(value)
    if isinstance(value, np.ndarray):
        return _of_array(value)
    if isinstance(value, (pd.Series, pd.Index, pd.DataFrame)):
        return _of_pandas(value)
    if sparse.issparse(value):
        return f"sparse.{type(value).__name__}({_of_array(value.toarray())})"
    return _of_scalar(value)


def _of_scalar(value: Any) -> str:
    if value is pd.NaT or value is pd.NA:
        return "pd.NaT" if value is pd.NaT else "pd.NA"
    if isinstance(value, (pd.Timestamp, pd.Timedelta)):
        zone = f", tz={str(value.tz)!r}" if getattr(value, "tz", None) else ""
        return f"pd.{type(value).__name__}({str(value)!r}{zone})"
    if isinstance(value, np.datetime64):
        return f"np.datetime64({str(value)!r})"
    if isinstance(value, np.generic):
        return f"np.{type(value).__name__}({_literal(value.item())})"
    if isinstance(value, float) and not math.isfinite(value):
        return "np.nan" if math.isnan(value) else "np.inf" if value > 0 else "-np.inf"
    if value is None or isinstance(value, (bool, int, float, str, datetime.date)):
        return repr(value)
    raise NoLiteral(type(value).__name__)


def _of_container(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_literal(k)}: {_literal(v)}" for k, v in value.items()) + "}"
    items = ", ".join(map(_literal, value))
    if isinstance(value, list):
        return f"[{items}]"
    if isinstance(value, tuple):
        return f"({items},)" if len(value) == 1 else f"({items})"
    name = type(value).__name__
    return f"{name}([{items}])" if value else f"{name}()"


def _of_array(value: np.ndarray) -> str:
    if not value.size and value.ndim > 1:
        return f"np.empty({value.shape}, dtype={str(value.dtype)!r})"
    if value.dtype.kind == "m" or (value.dtype.kind == "O" and value.ndim == 1 and _nested(value)):
        raise NoLiteral("differences of times, or sequences in an array")
    items = (np.datetime_as_string(value) if value.dtype.kind == "M" else value).tolist()
    plain = value.dtype.kind in "biuf" and np.array(items).dtype == value.dtype
    dtype = "" if plain else f", dtype={str(value.dtype)!r}"
    return f"np.array({_literal(items)}{dtype})"


def _nested(value: np.ndarray) -> bool:
    return any(isinstance(each, (list, tuple, np.ndarray)) for each in value)


def _of_items(value: pd.Series | pd.Index) -> tuple[str, bool]:
    """The values of a column, and whether they alone make its type."""
    if value.dtype.kind == "M" and getattr(value.dtype, "tz", None) is None:
        times = [None if each is pd.NaT else str(each).removesuffix(" 00:00:00") for each in value]
        unit, _ = np.datetime_data(value.dtype)
        usual = pd.to_datetime(times, format="ISO8601").dtype == value.dtype
        # Without it, days and times do not go together.
        form = ", format='ISO8601'" if len({len(each) for each in times if each}) > 1 else ""
        return f"pd.to_datetime({times}{form})" + ("" if usual else f".as_unit({unit!r})"), True
    if getattr(value.dtype, "ordered", False):
        raise NoLiteral("categories in an order")
    items = value.tolist()
    return _literal(items), pd.Index(items).dtype == value.dtype


def _of_pandas(value: Any) -> str:
    if isinstance(value, pd.DataFrame):
        return _of_frame(value)
    if isinstance(value, pd.MultiIndex):
        raise NoLiteral("an index of several levels")
    if isinstance(value, pd.RangeIndex) and value.name is None:
        return f"pd.RangeIndex({value.start}, {value.stop}, {value.step})"
    made = "Series" if isinstance(value, pd.Series) else "Index"
    items, typed = _of_items(value)
    parts = [items]
    if made == "Series":
        parts += _of_labels(value.index)
    if not typed:
        parts.append(f"dtype={str(value.dtype)!r}")
    if value.name is not None:
        parts.append(f"name={_literal(value.name)}")
    return f"pd.{made}({', '.join(parts)})"


def _of_labels(index: pd.Index) -> list[str]:
    if isinstance(index, pd.RangeIndex) and (index.start, index.step) == (0, 1):
        return [] if index.name is None else [f"index={_of_pandas(index)}"]
    if index.name is None and not isinstance(index, (pd.RangeIndex, pd.MultiIndex)):
        items, typed = _of_items(index)
        if typed:
            return [f"index={items}"]
    return [f"index={_of_pandas(index)}"]


def _of_frame(value: pd.DataFrame) -> str:
    if not value.columns.is_unique or value.columns.name is not None or value.columns.empty:
        raise NoLiteral("columns that share a name, have one together, or are none")
    columns = []
    for name in value.columns:
        items, typed = _of_items(value[name])
        told = items if typed else _of_pandas(value[name].rename(None))
        columns.append(f"{_literal(name)}: {told}")
    parts = ["{" + ", ".join(columns) + "}", *_of_labels(value.index)]
    return f"pd.DataFrame({', '.join(parts)})"
