"""Plain data: the only thing that passes between an answer and the one who marks it.

An answer is run in another process, which may be hostile. What comes back is rebuilt here from
typed JSON with caps on size and depth, never unpickled; long arrays follow the JSON as they lie in
memory. Whatever is not plain data (an object with an obliging ``__eq__``, a generator, a model)
arrives as `Opaque`, which equals nothing.
"""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

MAX_BYTES = 64 * 2**20
MAX_DEPTH = 16
MAX_ITEMS = 500_000
MAX_INT_BITS = 4096
# What a message may cost to rebuild, in items: a word or a number is one, an array a few, and what
# pandas or scipy has to build as many as take it as long.
MAX_COST = 4 * MAX_ITEMS
COST = {"timestamp": 20, "timedelta": 20, "array": 20, "objects": 20, "column": 100, "zoned": 100}
COST |= dict.fromkeys(("index", "series", "frame", "sparse"), 500)
# Of the keys of a dictionary or a set, how many may have one hash: those of words are drawn anew in
# each process, but whole numbers can be made to have the same.
MAX_COLLISIONS = 32
# Rows or columns of a sparse matrix: a pointer is kept for each, also where nothing is stored.
MAX_SIDE = 2**22
# To give an index its frequency, pandas draws all its days anew, of some frequencies one by one: so
# many are drawn for a message, and an index that is longer comes without.
MAX_DAYS = 20_000
# Formats of sparse matrices that take as much memory as was sent; others are sent as rows.
SPARSE_FORMATS = {"csr", "csc", "coo"}
# An array of more bytes than this follows the text; JSON never holds the byte between the two.
MAX_INLINE = 2**11
BETWEEN = b"\0"

ARRAY_KINDS = "biufmM"
# The name of a time zone is looked up among files: no path may pass for one.
ZONE = re.compile(r"[A-Za-z0-9_+:-]{1,32}(/[A-Za-z0-9_+-]{1,32}){0,2}")
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
class Implementation:
    """Names an implementation under test: whoever runs the answer puts a callable in its place."""

    key: str


# ---- to and from bytes ----------------------------------------------------------------------


def to_bytes(value: Any) -> bytes:
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


def from_bytes(message: bytes) -> Any:
    """The plain data in ``message``.

    Raises
    ------
    NotPlain
        When the message does not come from `to_bytes`, or breaks a cap.
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
        if isinstance(value, Implementation):
            return {"t": "implementation", "v": value.key}
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
        if value.dtype.kind == "f":
            # `item` of a long double is a long double.
            return float(value)
        if value.dtype.kind in "biuU":
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
        items = self._items(list(value), depth)
        if isinstance(value, list):
            return items
        return {"t": "tuple" if isinstance(value, tuple) else "set", "v": items}

    def _items(self, values: list[Any], depth: int) -> list[Any]:
        kinds = set(map(type, values))
        if kinds <= {float, bool} or (kinds == {str} and max(map(len, values)) <= MAX_ITEMS):
            # What most columns hold says itself.
            return values
        return [self.encode(value, depth + 1) for value in values]

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
            items = self._items(value.ravel().tolist(), depth)
            return {"t": "objects", "shape": list(value.shape), "v": items}
        return _opaque(f"array of {value.dtype}")

    def _column(self, value: Any, depth: int) -> Any:
        dtype = value.dtype
        if isinstance(dtype, np.dtype) and dtype.kind in ARRAY_KINDS:
            return self._array(value.to_numpy(), depth)
        if isinstance(dtype, pd.DatetimeTZDtype):
            moments = pd.DatetimeIndex(value).tz_convert("UTC").tz_localize(None).to_numpy()
            return {"t": "zoned", "zone": str(dtype.tz), "v": self._array(moments, depth)}
        name = str(dtype) if str(dtype) in COLUMN_DTYPES else "object"
        self._spend(len(value))
        return {"t": "column", "dtype": name, "v": self._items(value.tolist(), depth)}

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
        columns = [self._column(column, depth) for _, column in value.items()]
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
        self.items_left = MAX_COST
        self.days_left = MAX_DAYS

    def decode(self, item: Any, depth: int = 0) -> Any:
        if depth > 2 * MAX_DEPTH:
            raise NotPlain("nested too deeply")
        if isinstance(item, list):
            self._spend(len(item))
            if not {dict, list} & set(map(type, item)):
                return item
            return [self.decode(v, depth + 1) for v in item]
        if not isinstance(item, dict):
            return item
        tag: str = item["t"]
        self._spend(COST.get(tag, 1))
        v: Any = item.get("v")
        if tag == "opaque":
            return Opaque(str(v)[:80])
        if tag == "nat":
            return pd.NaT
        if tag == "na":
            return pd.NA
        if tag == "int":
            if len(v) > MAX_INT_BITS // 4 + 3:
                raise NotPlain("an integer that is too large")
            return int(v, 16)
        if tag == "tuple":
            return tuple(self.decode(v, depth))
        if tag == "set":
            members = self.decode(v, depth)
            if any(isinstance(member, Opaque) for member in members):
                return Opaque("set")
            return set(_few_collisions(members))
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
        if tag == "zoned":
            if not ZONE.fullmatch(item["zone"]):
                raise NotPlain(f"unknown time zone {str(item['zone'])[:40]!r}")
            moments = pd.DatetimeIndex(self._values(v, depth))
            return moments.tz_localize("UTC").tz_convert(item["zone"]).array
        if tag == "index":
            return self._index(v, depth)
        if tag == "series":
            values, index = self._values(v, depth), self._index(item["index"], depth)
            if isinstance(values, Opaque):
                return values
            _same_length(index, values)
            return pd.Series(values, index=index, name=item["name"])
        if tag == "frame":
            return self._frame(item, depth)
        if tag == "sparse":
            return self._sparse(item, depth)
        if tag == "implementation":
            return Implementation(str(v))
        raise NotPlain(f"unknown tag {tag!r}")

    def _mapping(self, pairs: list[list[Any]], depth: int) -> Any:
        decoded = [(self.decode(k, depth + 1), self.decode(value, depth + 1)) for k, value in pairs]
        if any(isinstance(key, Opaque) for key, _ in decoded):
            return Opaque("dict with keys that are not plain data")
        _few_collisions([key for key, _ in decoded])
        return dict(decoded)

    def _spend(self, items: int) -> None:
        self.items_left -= items
        if self.items_left < 0:
            raise NotPlain("more than a result needs")

    def _values(self, item: Any, depth: int) -> Any:
        """The values of a column: of one dimension, and never one for all rows."""
        values = self.decode(item, depth)
        if isinstance(values, Opaque):
            return values
        if (
            not isinstance(values, (np.ndarray, pd.api.extensions.ExtensionArray))
            or values.ndim != 1
        ):
            raise NotPlain("a column that is no array")
        return values

    def _frame(self, item: dict[str, Any], depth: int) -> Any:
        labels, index = self._index(item["columns"], depth), self._index(item["index"], depth)
        columns = [self._values(column, depth) for column in item["v"]]
        if opaque := next((each for each in columns if isinstance(each, Opaque)), None):
            return opaque
        _same_length(index, *columns)
        _same_length(labels, columns)
        frame = pd.DataFrame(dict(enumerate(columns)), index=index)
        frame.columns = labels
        return frame

    def _sparse(self, item: dict[str, Any], depth: int) -> Any:
        parts = tuple(self._values(part, depth) for part in item["v"])
        rows, columns = map(int, item["shape"])
        if not (0 <= rows <= MAX_SIDE and 0 <= columns <= MAX_SIDE):
            raise NotPlain("a sparse matrix that is too large")
        matrix = sparse.csr_matrix(parts, shape=(rows, columns))
        # An index out of range would be read from outside the array.
        matrix.check_format(full_check=True)
        return matrix.asformat(item["format"]) if item["format"] in SPARSE_FORMATS else matrix

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
        dated = isinstance(index, pd.DatetimeIndex) and len(index) <= self.days_left
        if item.get("freq") and dated:
            self.days_left -= len(index)
            # Its name does not say all of a frequency: that of business days leaves out which days
            # are holidays. The days are what counts.
            with contextlib.suppress(ValueError):
                index.freq = item["freq"]
        return index

    def _block(self, start: int, stop: int) -> bytes:
        block = self.blocks[start:stop]
        # Sent once, a block is used once: a short message cannot ask for much memory.
        self.bytes_left -= len(block)
        if self.bytes_left < 0:
            raise NotPlain("more arrays than were sent")
        return block


def _same_length(labels: Any, *columns: Sequence[Any]) -> None:
    if any(len(column) != len(labels) for column in columns):
        raise NotPlain("columns and labels of different lengths")


def _few_collisions(keys: Sequence[Hashable]) -> Sequence[Hashable]:
    """The keys, when looking one up among them does not take as long as reading them all."""
    same = Counter(map(hash, keys)).most_common(1) if len(keys) > MAX_COLLISIONS else []
    if same and same[0][1] > MAX_COLLISIONS:
        raise NotPlain("keys that are made to collide")
    return keys
