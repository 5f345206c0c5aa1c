"""Plain data: the only thing that passes between an answer and the one who marks it.

An answer is run in another process, which may be hostile. What comes back is rebuilt here from
typed JSON with caps on size and depth, never unpickled; long arrays follow the JSON as they lie in
memory. Whatever is not plain data (an object with an obliging ``__eq__``, a generator, a model)
arrives as `Opaque`, which equals nothing.
"""

from __future__ import annotations

import base64
import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 16
MAX_ITEMS = 500_000
MAX_INT_BITS = 4096
# An array of more bytes than this follows the text; JSON never holds the byte between the two.
MAX_INLINE = 2**11
BETWEEN = b"\0"

ARRAY_KINDS = "biufmM"
COLUMN_DTYPES = {"object", "str", "string", "Int64", "Float64", "boolean"}


class NotPlain(ValueError):
    """A message that is not plain data: malformed, too large or too deep."""


@dataclass(frozen=True, eq=False)
class Opaque:
    """Stands for a value that is not plain data. It equals nothing, itself included."""

    kind: str

    def __eq__(self, other: object) -> bool:
        return False

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{self.kind}>"


@dataclass(frozen=True)
class Candidate:
    """Names an implementation on trial. Whoever runs the answer puts a callable in its place."""

    key: str


# ---- to and from bytes ----------------------------------------------------------------------


def dumps(value: Any) -> bytes:
    """Plain data as bytes; a value that is too large becomes `Opaque`."""
    encoder = _Encoder()
    try:
        message = json.dumps(encoder.encode(value)).encode()
    except NotPlain as error:
        return json.dumps(_opaque(str(error))).encode()
    if encoder.blocks:
        message = BETWEEN.join([message, b"".join(encoder.blocks)])
    if len(message) > MAX_BYTES:
        return json.dumps(_opaque("a value that is too large")).encode()
    return message


def loads(message: bytes) -> Any:
    """The plain data in ``message``.

    Raises
    ------
    NotPlain
        When the message does not come from `dumps`, or breaks a cap.
    """
    if len(message) > MAX_BYTES:
        raise NotPlain(f"a message of {len(message):,} bytes is over the cap of {MAX_BYTES:,}")
    try:
        text, _, blocks = message.partition(BETWEEN)
        return _Decoder(blocks).decode(json.loads(text))
    except NotPlain:
        raise
    except Exception as error:
        # Whatever a forged message provokes in json, numpy or pandas is one thing to the caller.
        raise NotPlain(f"not plain data ({type(error).__name__}: {error})") from None


def survives(value: Any) -> bool:
    """Whether a value is the same after it has been sent: whether it is plain data."""
    return close(value, loads(dumps(value)))


def _opaque(kind: str) -> dict[str, Any]:
    return {"t": "opaque", "v": kind[:80]}


class _Encoder:
    def __init__(self) -> None:
        self.items_left = MAX_ITEMS
        self.blocks: list[bytes] = []
        self.stored = 0

    def encode(self, value: Any, depth: int = 0) -> Any:
        if depth > MAX_DEPTH:
            return _opaque("data nested too deeply")
        # Identity of type, not isinstance: a subclass may lie about what it holds.
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return value if len(value) <= MAX_ITEMS else _opaque("a string that is too long")
        if kind is float:
            return value
        if kind is int:
            return self._int(value)
        if value is pd.NaT:
            return {"t": "nat"}
        if value is pd.NA:
            return {"t": "na"}
        if isinstance(value, np.generic):
            return self._scalar(value, depth)
        if isinstance(value, (list, tuple, set, frozenset, dict)):
            return self._container(value, depth)
        if isinstance(value, pd.Timestamp):
            return {"t": "timestamp", "v": value.isoformat()}
        if isinstance(value, pd.Timedelta):
            return {"t": "timedelta", "v": value.isoformat()}
        if isinstance(value, pd.Series):
            return self._series(value, depth)
        if isinstance(value, pd.DataFrame):
            return self._frame(value, depth)
        if isinstance(value, pd.Index):
            return {"t": "index", "v": self._index(value, depth)}
        if isinstance(value, np.ndarray):
            return self._array(np.asarray(value), depth)
        if isinstance(value, pd.api.extensions.ExtensionArray):
            # What `pd.cut` makes of an array: its values are what counts.
            return self._array(np.asarray(value), depth)
        if sparse.issparse(value):
            return self._sparse(value, depth)
        if isinstance(value, Candidate):
            return {"t": "candidate", "v": value.key}
        for base in (int, float, str):
            if isinstance(value, base):
                return self.encode(base(value), depth + 1)
        return _opaque(f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins."))

    def _int(self, value: int) -> Any:
        if value.bit_length() <= 63:
            return value
        if value.bit_length() > MAX_INT_BITS:
            return _opaque("an integer that is too large")
        return {"t": "int", "v": hex(value)}

    def _scalar(self, value: np.generic, depth: int) -> Any:
        if value.dtype.kind in "mM":
            return self._array(np.asarray(value), depth)
        if value.dtype.kind in "biufU":
            return self.encode(value.item(), depth + 1)
        return _opaque(f"numpy.{type(value).__name__}")

    def _spend(self, n_items: int) -> None:
        self.items_left -= n_items
        if self.items_left < 0:
            raise NotPlain("a value that is too large")

    def _container(self, value: Any, depth: int) -> Any:
        self._spend(len(value))
        if isinstance(value, dict):
            pairs = [
                [self.encode(k, depth + 1), self.encode(v, depth + 1)] for k, v in value.items()
            ]
            return {"t": "dict", "v": pairs}
        items = [self.encode(item, depth + 1) for item in value]
        if isinstance(value, list):
            return items
        return {"t": "tuple" if isinstance(value, tuple) else "set", "v": items}

    def _array(self, value: np.ndarray, depth: int) -> Any:
        if value.dtype == np.longdouble and value.dtype.itemsize > 8:
            value = value.astype(np.float64)
        if value.dtype.kind in ARRAY_KINDS:
            if value.nbytes > MAX_BYTES // 2:
                return _opaque("an array that is too large")
            item = {"t": "array", "dtype": value.dtype.str, "shape": list(value.shape)}
            raw = value.tobytes()
            if len(raw) <= MAX_INLINE:
                return {**item, "v": base64.b64encode(raw).decode()}
            start = self.stored
            self.blocks.append(raw)
            self.stored += len(raw)
            return {**item, "at": [start, self.stored]}
        if value.dtype.kind in "OU":
            self._spend(value.size)
            items = [self.encode(item, depth + 1) for item in value.ravel().tolist()]
            return {"t": "objects", "shape": list(value.shape), "v": items}
        return _opaque(f"array of {value.dtype}")

    def _column(self, value: Any, depth: int) -> Any:
        dtype = value.dtype
        if isinstance(dtype, np.dtype) and dtype.kind in ARRAY_KINDS:
            return self._array(value.to_numpy(), depth)
        name = str(dtype) if str(dtype) in COLUMN_DTYPES else "object"
        self._spend(len(value))
        return {"t": "column", "dtype": name, "v": [self.encode(v, depth + 1) for v in value]}

    def _index(self, value: pd.Index, depth: int) -> Any:
        names = [name if type(name) in (str, int) else None for name in value.names]
        if isinstance(value, pd.MultiIndex):
            return {"names": names, "tuples": self.encode(list(value), depth + 1)}
        freq = getattr(value, "freqstr", None)
        return {"names": names, "freq": freq, "column": self._column(value, depth)}

    def _series(self, value: pd.Series, depth: int) -> Any:
        index = self._index(value.index, depth)
        name = value.name if type(value.name) in (str, int) else None
        return {"t": "series", "name": name, "index": index, "v": self._column(value, depth)}

    def _frame(self, value: pd.DataFrame, depth: int) -> Any:
        columns = [self._column(value.iloc[:, j], depth) for j in range(value.shape[1])]
        labels, index = self._index(value.columns, depth), self._index(value.index, depth)
        return {"t": "frame", "columns": labels, "index": index, "v": columns}

    def _sparse(self, value: Any, depth: int) -> Any:
        rows = sparse.csr_matrix(value)
        parts = [self._array(part, depth) for part in (rows.data, rows.indices, rows.indptr)]
        return {"t": "sparse", "format": value.format, "shape": list(value.shape), "v": parts}


class _Decoder:
    def __init__(self, blocks: bytes) -> None:
        self.blocks = blocks
        self.bytes_left = len(blocks)

    def decode(self, item: Any, depth: int = 0) -> Any:
        if depth > 2 * MAX_DEPTH:
            raise NotPlain("nested too deeply")
        if isinstance(item, list):
            return [self.decode(v, depth + 1) for v in item]
        if not isinstance(item, dict):
            return item
        tag: str = item["t"]
        v: Any = item.get("v")
        if tag == "opaque":
            return Opaque(str(v))
        if tag == "nat":
            return pd.NaT
        if tag == "na":
            return pd.NA
        if tag == "int":
            return int(v, 16)
        if tag == "tuple":
            return tuple(self.decode(v, depth))
        if tag == "set":
            members = self.decode(v, depth)
            return Opaque("set") if any(isinstance(m, Opaque) for m in members) else set(members)
        if tag == "dict":
            return self._mapping(v, depth)
        if tag == "timestamp":
            return pd.Timestamp(v)
        if tag == "timedelta":
            return pd.Timedelta(v)
        if tag == "array":
            return self._array(item)
        if tag == "objects":
            flat: np.ndarray = np.empty(len(v), dtype=object)
            flat[:] = self.decode(v, depth)
            return flat.reshape(item["shape"])
        if tag == "column":
            if item["dtype"] not in COLUMN_DTYPES:
                raise NotPlain(f"unknown column type {item['dtype']!r}")
            return pd.array(self.decode(v, depth), dtype=item["dtype"])
        if tag == "index":
            return self._index(v, depth)
        if tag == "series":
            values, index = self.decode(v, depth), self._index(item["index"], depth)
            return _if_plain(values, lambda: pd.Series(values, index=index, name=item["name"]))
        if tag == "frame":
            labels, index = self._index(item["columns"], depth), self._index(item["index"], depth)
            columns = [self.decode(column, depth) for column in v]
            frame = pd.DataFrame(dict(enumerate(columns)), index=index)
            frame.columns = labels
            return frame
        if tag == "sparse":
            parts = tuple(self.decode(part, depth) for part in v)
            rows = sparse.csr_matrix(parts, shape=tuple(item["shape"]))
            # An index out of range would be read from outside the array.
            rows.check_format(full_check=True)
            return rows.asformat(item["format"])
        if tag == "candidate":
            return Candidate(str(v))
        raise NotPlain(f"unknown tag {tag!r}")

    def _mapping(self, pairs: list[list[Any]], depth: int) -> Any:
        decoded = [(self.decode(k, depth + 1), self.decode(value, depth + 1)) for k, value in pairs]
        if any(isinstance(key, Opaque) for key, _ in decoded):
            return Opaque("dict with keys that are not plain data")
        return dict(decoded)

    def _array(self, item: dict[str, Any]) -> np.ndarray:
        dtype, shape = np.dtype(item["dtype"]), tuple(item["shape"])
        if dtype.kind not in ARRAY_KINDS or len(shape) > 8:
            raise NotPlain(f"unknown array type {item['dtype']!r}")
        if "v" in item:
            raw = base64.b64decode(item["v"], validate=True)
        else:
            raw = self._block(*item["at"])
        return np.frombuffer(raw, dtype=dtype).reshape(shape).copy()

    def _index(self, item: dict[str, Any], depth: int) -> pd.Index:
        if "tuples" in item:
            return pd.MultiIndex.from_tuples(
                self.decode(item["tuples"], depth), names=item["names"]
            )
        values = self.decode(item["column"], depth)
        index = pd.Index(values, name=item["names"][0])
        if item.get("freq") and isinstance(index, pd.DatetimeIndex):
            index.freq = item["freq"]
        return index

    def _block(self, start: int, stop: int) -> bytes:
        block = self.blocks[start:stop]
        # Sent once, a block is used once: a short message cannot ask for much memory.
        self.bytes_left -= len(block)
        if self.bytes_left < 0:
            raise NotPlain("more arrays than were sent")
        return block


def _if_plain(values: Any, build: Any) -> Any:
    return values if isinstance(values, Opaque) else build()


# ---- equality -------------------------------------------------------------------------------


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
        return f"a sparse matrix {value.shape} with {value.nnz} stored values"
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (float, np.floating)):
        return f"{value:.4g}"
    if isinstance(value, np.integer):
        return str(int(value))
    if isinstance(value, Candidate):
        return value.key
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value[:60])) + ("" if len(value) <= 60 else ", …") + "]"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(_text, value)) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_text(k)}: {_text(v)}" for k, v in value.items()) + "}"
    return repr(value)
