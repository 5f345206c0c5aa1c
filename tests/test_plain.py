"""Plain data: what comes back from elsewhere, and when it says the same."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from utils.execution import plain
from utils.execution.plain import Opaque
from utils.exercises import equality
from utils.exercises.equality import close

DAYS = pd.date_range("2017-01-01", periods=3, freq="D")
VALUES = {
    "nothing": None,
    "number": 1.5,
    "nan": float("nan"),
    "infinity": float("inf"),
    "large integer": 2**200,
    "text": "价值",
    "nested": [(1, "a"), {"k": [None, True]}, {1: 2.0}],
    "set": {1, 2},
    "array": np.arange(6, dtype=np.int8).reshape(2, 3),
    "bool array": np.array([True, False]),
    "days": np.array(["2017-01-01", "NaT"], dtype="datetime64[D]"),
    "text array": np.array(["low", "high"]),
    "series": pd.Series([1.0, np.nan], index=["a", "b"], name="x"),
    "text series": pd.Series(["a", None]),
    "day series": pd.Series([1, 2, 3], index=DAYS),
    "frame": pd.DataFrame({"h": [1, 2], "d": ["x", "y"], "t": DAYS[:2]}, index=[5, 3]),
    "no rows": pd.DataFrame({"h": pd.Series([], dtype=int)}),
    "many-level": pd.Series([1, 2], index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])),
    "timestamp": pd.Timestamp("2017-03-01 05:00"),
    "nat": pd.NaT,
    "sparse": sparse.csr_matrix([[0, 1.5], [0, 0]]),
    "long arrays": [np.arange(1000), {"T": np.arange(6000.0).reshape(3, 2000).T}],
    "long frame": pd.DataFrame({"x": np.arange(900.0), "n": range(900)}, index=range(900, 0, -1)),
    "long sparse": sparse.random(90, 80, 0.3, "csc", rng=0),
}


@pytest.mark.parametrize("name", VALUES)
def test_value_comes_back_as_it_went(name):
    value = VALUES[name]
    back = plain.from_bytes(plain.to_bytes(value))
    assert close(value, back)
    assert type(back) is type(value) or isinstance(value, np.generic)


def test_types_and_order_of_days_are_kept():
    frame = plain.from_bytes(plain.to_bytes(VALUES["frame"]))
    pd.testing.assert_frame_equal(frame, VALUES["frame"])
    series = plain.from_bytes(plain.to_bytes(VALUES["day series"]))
    pd.testing.assert_series_equal(series, VALUES["day series"])


@pytest.mark.parametrize("value", [np.longdouble(0.1), np.float32(0.5), np.float16(0.25)])
def test_a_number_of_any_precision_is_a_number(value):
    (back, inside) = plain.from_bytes(plain.to_bytes((value, [value, 1])))
    assert type(back) is float and back == inside[0] == float(value)


@pytest.mark.parametrize(
    "freq", [pd.offsets.CustomBusinessDay(holidays=["2017-01-03"]), "B", "W-SUN"]
)
def test_days_come_back_whatever_is_said_of_their_frequency(freq):
    days = pd.date_range("2017-01-01", periods=6, freq=freq)
    back = plain.from_bytes(plain.to_bytes(pd.Series(range(6), index=days))).index
    assert back.equals(days) and back.freq in (days.freq, None)
    # Most frequencies are all in their name.
    assert back.freq == days.freq or not isinstance(freq, str)


def test_few_days_are_drawn_anew_for_a_message(monkeypatch):
    monkeypatch.setattr(plain, "MAX_DAYS", 7)
    back = plain.from_bytes(plain.to_bytes([DAYS] * 4))
    assert [index.freq is not None for index in back] == [True, True, False, False]
    assert all(index.equals(DAYS) for index in back)


@pytest.mark.parametrize("zone", ["Europe/Paris", "UTC", "UTC+08:00", "America/Argentina/Salta"])
def test_time_zones_are_kept(zone):
    # An hour comes twice where the clocks change: the offset alone is not the zone.
    times = pd.date_range("2017-03-25 22:30", periods=4, freq="2h", tz="UTC").tz_convert(zone)
    frame = pd.DataFrame({"time": times, "n": range(4)}, index=times.rename("at"))
    frame.loc[times[1], "time"] = pd.NaT
    back = plain.from_bytes(plain.to_bytes(frame))
    pd.testing.assert_frame_equal(back, frame, check_freq=False)
    assert str(back["time"].dt.tz) == str(frame["time"].dt.tz)


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/passwd", "No/Where", "x" * 99, ""])
def test_a_time_zone_is_no_path(zone):
    moments = {"t": "array", "dtype": "<M8[us]", "shape": [0], "v": ""}
    message = json.dumps({"t": "zoned", "zone": zone, "v": moments}).encode()
    with pytest.raises(plain.NotPlain):
        plain.from_bytes(message)


class Obliging:
    def __eq__(self, other):
        return True


class LyingFloat(float):
    def __eq__(self, other):
        return True


@pytest.mark.parametrize("value", [Obliging(), len, (x for x in []), np.array(1j), object()])
def test_what_is_not_plain_is_opaque_and_equals_nothing(value):
    back = plain.from_bytes(plain.to_bytes(value))
    assert isinstance(back, Opaque)
    assert back != back
    assert not close(back, back)
    assert not close(value, back)


def test_a_lie_does_not_survive_the_way():
    assert not close(2.0, plain.from_bytes(plain.to_bytes(LyingFloat(1.0))))


def test_too_large_and_too_deep_are_opaque():
    deep = []
    for _ in range(100):
        deep = [deep]
    cyclic = []
    cyclic.append(cyclic)
    for value in ([0] * 10**6, np.zeros(2**23), "x" * 10**6, 1 << 10**6):
        assert isinstance(plain.from_bytes(plain.to_bytes(value)), Opaque)
    for value in (deep, cyclic):
        assert not close(value, plain.from_bytes(plain.to_bytes(value)))


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\xff",
        b"{}",
        b'{"t": "pickle", "v": "gASV"}',
        b'{"t": "array", "dtype": "|O", "shape": [1], "v": ""}',
        b'{"t": "array", "dtype": "<f8", "shape": [1000000000], "v": ""}',
        b'{"t": "array", "dtype": "<f8", "shape": [-1], "v": "AAAA"}',
        b'{"t": "column", "dtype": "category", "v": []}',
        b'{"t": "sparse", "format": "csr", "shape": [2, 2], "v": [[1], [9], [0, 1, 1]]}',
        b'{"t": "int", "v": "zz"}',
        json.dumps([[[]]]).encode()[:-1],
        b"[" * 100_000,
        b'{"t": "array", "dtype": "<f8", "shape": [1], "at": [0, 8]}',
        b'{"t": "array", "dtype": "<f8", "shape": [1], "at": [-8, 9]}\0' + bytes(16),
        b'{"t": "array", "dtype": "<f8", "shape": [1], "at": ["0", 8]}\0' + bytes(8),
        b"["
        + b", ".join([b'{"t": "array", "dtype": "|u1", "shape": [9], "at": [0, 9]}'] * 2)
        + b"]\0"
        + bytes(9),
    ],
)
def test_forged_message_is_refused_by_name(message):
    with pytest.raises(plain.NotPlain):
        plain.from_bytes(message)


SAME = [
    ([1, 2], (1, 2)),
    ([1, 2], np.array([1.0, 2.0])),
    (np.array([[1, 2]]), [[1, 2]]),
    (np.array([], dtype=int), []),
    ([], np.array([])),
    (0.3, 0.1 + 0.2),
    (np.float32(1), 1),
    (True, np.True_),
    (float("nan"), np.nan),
    ([(2, 0.5)], [[np.int64(2), np.float64(0.5)]]),
    (pd.Series([1, 2], name="a"), pd.Series([1.0, 2.0])),
    (pd.DataFrame({"a": [1], "b": [2]}), pd.DataFrame({"b": [2.0], "a": [1]})),
    ({"a": [1.0]}, {"a": np.array([1.0])}),
    (np.array(["a", "b"], dtype=object), ["a", "b"]),
    (pd.Timestamp("2017-01-01"), np.datetime64("2017-01-01")),
]
DIFFERENT = [
    ([1, 2], [2, 1]),
    ([1, 2], [1, 2, 3]),
    ([], [[]] * 2),
    (1, True),
    (1, "1"),
    (0.0, None),
    (0.0, float("nan")),
    (1_000_001, 1_000_000),
    (np.array([1_000_001]), np.array([1_000_000])),
    (np.zeros((2, 2)), np.zeros(4)),
    (np.zeros(2), [0, [0]]),
    (pd.Series([1, 2]), pd.Series([1, 2], index=[1, 0])),
    (pd.Series([1, 2]), [1, 2]),
    (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]})),
    ({"a": 1}, {"a": 1, "b": 2}),
    ("low", ["low"]),
    (sparse.csr_matrix([[1.0]]), np.array([[1.0]])),
    # The distance of the two wraps around to a negative one.
    (sparse.csr_matrix([[0, 1]]), sparse.csr_matrix([[-(2**63), 1]])),
]


@pytest.mark.parametrize(("expected", "got"), SAME)
def test_the_same_said_otherwise_is_the_same(expected, got):
    assert close(expected, got)


@pytest.mark.parametrize(("expected", "got"), DIFFERENT)
def test_something_else_is_not(expected, got):
    assert not close(expected, got)


def test_description_is_short_and_rounded():
    assert equality.describe(2 / 3) == "0.6667"
    assert len(equality.describe(list(range(1000)))) <= 300
    assert equality.describe((1, [0.5, None])) == "(1, [0.5, None])"


def test_what_is_not_plain_data_does_not_survive():
    for value in (len, lambda: 0, [object()]):
        assert not close(value, plain.from_bytes(plain.to_bytes(value)))
