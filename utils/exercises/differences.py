"""What is true of all wrong calls of an answer, in a learner's terms.

Nothing here knows an exercise: a detector looks at the right values and at what came back, and
speaks only if what it says holds of every wrong call. So it cannot accuse an answer of what it did
not do, and it works for mistakes that nobody has written down.
"""

from __future__ import annotations

import datetime
import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from utils.execution import plain
from utils.execution.outcomes import Outcome
from utils.exercises.attempt import Attempt
from utils.exercises.equality import close
from utils.exercises.marks import Args, Case, Difference
from utils.translation import ended, listed, message, translated

if TYPE_CHECKING:
    from utils.exercises.model import Exercise

# One wrong call alone is no pattern.
FEWEST = 2
SEQUENCES = (list, tuple, np.ndarray, pd.Series, pd.Index)
ORDINALS = (
    message("first"),
    message("second"),
    message("third"),
    message("fourth"),
    message("fifth"),
    message("sixth"),
)


@dataclass(frozen=True)
class Pair:
    """A wrong call that returned: its arguments, the right value and the value that came back."""

    args: Args
    right: Any
    got: Any


Detector = Callable[[Sequence[Pair]], Difference | None]


def find(attempt: Attempt) -> list[Difference]:
    """What holds of every wrong call: first of the values, then of the calls.

    Returns
    -------
    list of Difference
        Nothing of values where fewer than two calls are wrong, or where nothing is known to hold
        of all of them; which arguments are changed is always known.
    """
    return [*_of_wrong(attempt), *_changed(attempt)]


def _of_wrong(attempt: Attempt) -> list[Difference]:
    wrong = [(case, mine) for case, mine, right in attempt.rows if not right]
    if len(wrong) < FEWEST:
        return []
    found = list(_of_outcomes(attempt, [mine for _, mine in wrong]))
    expected = [attempt.sheet.expected(case) for case, _ in wrong]
    rows = list(zip(wrong, expected, strict=True))
    if not found and not any(mine.failure or right.failure for (_, mine), right in rows):
        pairs = [Pair(case.args, right.value, mine.value) for (case, mine), right in rows]
        found = [each for each in [_first(pairs)] if each]
    return [*found, *_of_calls(attempt)]


def _first(pairs: Sequence[Pair]) -> Difference | None:
    """The first thing that holds of all pairs."""
    return next(filter(None, (_seen(detect, pairs) for detect in DETECTORS)), None)


def _seen(detect: Detector, pairs: Sequence[Pair]) -> Difference | None:
    try:
        return detect(pairs)
    except Exception:
        # A value may be of any form: what cannot be looked at is not described.
        return None


# ---- of what came back ----------------------------------------------------------------------


def _of_outcomes(attempt: Attempt, wrong: Sequence[Outcome]) -> Iterator[Difference]:
    kinds = {mine.failed_by for mine in wrong}
    if None not in kinds and len(kinds) == 1:
        failure = wrong[0].failure
        from utils.exercises.feedback import explain

        yield Difference("raises", explain(failure) if failure else "")
    expected = [attempt.sheet.expected(case) for case in attempt.mistakes]
    if all(right.failure for right in expected) and kinds == {None}:
        kind = expected[0].failed_by
        yield Difference(
            "no_error", translated("It returns a value where {kind} should be raised.", kind=kind)
        )


def _same_for_all(pairs: Sequence[Pair]) -> Difference | None:
    # Whether every path ends in a return is asked elsewhere.
    same = pairs[0].got is not None and all(close(pairs[0].got, pair.got) for pair in pairs)
    if same and not all(close(pairs[0].right, pair.right) for pair in pairs):
        return Difference("same_for_all", translated("Every wrong call returns the same value."))
    return None


# ---- of sequences ---------------------------------------------------------------------------


def _listed(value: Any) -> list[Any] | None:
    if isinstance(value, np.ndarray) and value.ndim != 1:
        return None
    return list(value) if isinstance(value, SEQUENCES) else None


def _of_lists(
    name: str, text: str, holds: Callable[[list[Any], list[Any]], bool]
) -> Callable[[Sequence[Pair]], Difference | None]:
    def detect(pairs: Sequence[Pair]) -> Difference | None:
        for pair in pairs:
            right, got = _listed(pair.right), _listed(pair.got)
            if right is None or got is None or not holds(right, got):
                return None
        return Difference(name, translated(text))

    return detect


def _counted(items: list[Any]) -> list[str]:
    return sorted(_key(item) for item in items)


def _key(item: Any) -> str:
    if isinstance(item, (float, np.floating, int, np.integer)) and not isinstance(item, bool):
        return f"{float(item):.9g}"
    if isinstance(item, (list, tuple)):
        return "|".join(map(_key, item))
    return str(item)


def _reversed(right: list[Any], got: list[Any]) -> bool:
    return len(right) > 1 and close(right[::-1], got)


def _reordered(right: list[Any], got: list[Any]) -> bool:
    same = len(right) > 1 and _counted(right) == _counted(got)
    return same and not close(right, got)


def _repeated(right: list[Any], got: list[Any]) -> bool:
    return len(got) > len(right) and {*_counted(got)} == {*_counted(right)}


def _stops_early(right: list[Any], got: list[Any]) -> bool:
    return len(got) < len(right) and close(right[: len(got)], got)


def _goes_on(right: list[Any], got: list[Any]) -> bool:
    return len(got) > len(right) and close(right, got[: len(right)])


def _shifted_later(right: list[Any], got: list[Any]) -> bool:
    return len(right) == len(got) > 2 and close(right[:-1], got[1:])


def _shifted_earlier(right: list[Any], got: list[Any]) -> bool:
    return len(right) == len(got) > 2 and close(right[1:], got[:-1])


def _lengths(pairs: Sequence[Pair]) -> Difference | None:
    sized = [(_listed(pair.right), _listed(pair.got)) for pair in pairs]
    if any(right is None or got is None for right, got in sized):
        return None
    gaps = {len(got or []) - len(right or []) for right, got in sized}
    if gaps == {1} or gaps == {-1}:
        if gaps == {1}:
            said = translated("Every wrong call returns one item more than it should.")
            return Difference("one_more", said)
        said = translated("Every wrong call returns one item fewer than it should.")
        return Difference("one_fewer", said)
    if min(gaps) > 0:
        said = translated("Every wrong call returns more items than it should.")
        return Difference("too_many", said)
    if max(gaps) < 0:
        said = translated("Every wrong call returns fewer items than it should.")
        return Difference("too_few", said)
    return None


# ---- of tables and labels -------------------------------------------------------------------


def _labels_lost(pairs: Sequence[Pair]) -> Difference | None:
    """The values of a series or frame are right, and its labels are not."""
    for pair in pairs:
        if not isinstance(pair.right, (pd.Series, pd.DataFrame)):
            return None
        if not isinstance(pair.got, (*SEQUENCES, pd.DataFrame)):
            return None
        if np.shape(pair.got) != np.shape(pair.right):
            return None
        if not close(pair.right.to_numpy(), np.asarray(pair.got)):
            return None
    lost = all(not isinstance(pair.got, (pd.Series, pd.DataFrame)) for pair in pairs)
    if lost:
        said = translated("The values are right, but they have lost their index.")
    else:
        said = translated("The values are right, but the index is not the one that is asked for.")
    return Difference("labels", said)


def _rows_reordered(pairs: Sequence[Pair]) -> Difference | None:
    """Each row is right, and stands elsewhere."""
    for pair in pairs:
        tables = (pair.right, pair.got)
        if not all(isinstance(each, (pd.Series, pd.DataFrame)) for each in tables):
            return None
        if pair.right.index.has_duplicates or len(pair.right) != len(pair.got):
            return None
        if not close(pair.right, pair.got.reindex(pair.right.index)):
            return None
    said = translated("Every row is right, but the rows are in another order.")
    return Difference("rows_reordered", said)


def _rows_of_labels(pairs: Sequence[Pair]) -> Difference | None:
    """Rows that are missing, or that should not be there."""
    if not all(
        isinstance(value, (pd.Series, pd.DataFrame))
        for pair in pairs
        for value in (pair.right, pair.got)
    ):
        return None
    missing = [len(pair.right.index.difference(pair.got.index)) for pair in pairs]
    extra = [len(pair.got.index.difference(pair.right.index)) for pair in pairs]
    if min(missing) > 0 and max(extra) == 0:
        said = translated("Rows are missing: labels that should be in the index.")
        return Difference("rows_missing", said)
    if min(extra) > 0 and max(missing) == 0:
        said = translated("There are rows whose labels should not be in the index.")
        return Difference("rows_extra", said)
    return None


def _columns(pairs: Sequence[Pair]) -> Difference | None:
    """Columns that are missing, or the only ones that are wrong."""
    if not all(
        isinstance(value, pd.DataFrame) for pair in pairs for value in (pair.right, pair.got)
    ):
        return None
    missing = [set(pair.right.columns) - set(pair.got.columns) for pair in pairs]
    if common := set.intersection(*missing):
        return Difference(
            "columns_missing",
            translated("Missing columns: {names}.", names=_names(common)),
        )
    extra = [set(pair.got.columns) - set(pair.right.columns) for pair in pairs]
    if common := set.intersection(*extra):
        # Only names that the caller chose: others may quote what the answer was called on.
        given = (arg.columns for pair in pairs for arg in pair.args if _is_table(arg))
        if not common <= set().union(*given):
            said = translated("The table has columns that are not asked for.")
            return Difference("columns_extra", said)
        return Difference(
            "columns_extra",
            translated("Columns that are not asked for: {names}.", names=_names(common)),
        )
    if any(missing) or any(extra) or any(len(p.right) != len(p.got) for p in pairs):
        return None
    wrong = [{c for c in p.right if not close(p.right[c], p.got[c])} for p in pairs]
    return _some_are_wrong(
        "columns_wrong",
        pairs,
        wrong,
        set.union(*(set(pair.right.columns) for pair in pairs)),
        message("Of the columns, {names} is wrong; the others are right."),
        message("Of the columns, {names} are wrong; the others are right."),
        message("Of the columns, no other than {names} is ever wrong."),
    )


def _some_are_wrong(
    name: str,
    pairs: Sequence[Pair],
    wrong: Sequence[set[Any]],
    parts: set[Any],
    one: str,
    several: str,
    at_most: str,
) -> Difference | None:
    """Of the named parts of every value, those that are wrong, where others are right."""
    ever = set.union(*wrong)
    if not ever < parts or not ever:
        return None
    always = all(each == ever for each in wrong)
    template = at_most if not always else one if len(ever) == 1 else several
    return Difference(name, translated(template, names=_names(ever)) + _in_part(pairs, ever))


def _is_table(value: Any) -> bool:
    return isinstance(value, pd.DataFrame)


def _in_part(pairs: Sequence[Pair], wrong: set[Any]) -> str:
    """What else holds where one part of every value is wrong."""
    if len(wrong) != 1:
        return ""
    (part,) = wrong
    inner = [Pair(pair.args, pair.right[part], pair.got[part]) for pair in pairs]
    found = _first([pair for pair in inner if not close(pair.right, pair.got)])
    if not found:
        return ""
    said = f"{found.text[0].lower()}{found.text[1:]}"
    return translated(" There: {said}", said=said)


def _parts(pairs: Sequence[Pair]) -> Difference | None:
    """Of a few values that belong together, those that are wrong."""
    if all(isinstance(v, dict) for pair in pairs for v in (pair.right, pair.got)):
        return _entries(pairs)
    sizes = {len(pair.right) if isinstance(pair.right, tuple) else 0 for pair in pairs}
    if len(sizes) != 1 or not 2 <= max(sizes) <= len(ORDINALS):
        return None
    (size,) = sizes
    if not all(isinstance(p.got, (tuple, list)) and len(p.got) == size for p in pairs):
        return None
    each = [{i for i in range(size) if not close(p.right[i], p.got[i])} for p in pairs]
    wrong = set.union(*each)
    if not wrong or len(wrong) == size:
        return None
    named = translated(" and the ").join(translated(ORDINALS[i]) for i in sorted(wrong))
    if len(wrong) == 1:
        template = message(
            "Of the {size} values that belong together, the {which} is wrong; the rest is right."
        )
    elif any(some != wrong for some in each):
        template = message(
            "Of the {size} values that belong together, only the {which} are ever wrong."
        )
    else:
        template = message(
            "Of the {size} values that belong together, the {which} are wrong; the rest is right."
        )
    said = translated(template, size=size, which=named)
    return Difference("parts_wrong", said + _in_part(pairs, wrong))


def _entries(pairs: Sequence[Pair]) -> Difference | None:
    missing = [pair.right.keys() - pair.got.keys() for pair in pairs]
    extra = [pair.got.keys() - pair.right.keys() for pair in pairs]
    if all(missing) and not any(extra):
        return Difference("keys_missing", translated("Keys are missing from the dictionary."))
    if all(extra) and not any(missing):
        said = translated("There are keys that should not be in the dictionary.")
        return Difference("keys_extra", said)
    if any(missing) or any(extra):
        return None
    wrong = [{k for k in p.right if not close(p.right[k], p.got[k])} for p in pairs]
    return _some_are_wrong(
        "keys_wrong",
        pairs,
        wrong,
        set.intersection(*(set(pair.right) for pair in pairs)),
        message("Of the entries, {names} is wrong; the others are right."),
        message("Of the entries, {names} are wrong; the others are right."),
        message("Of the entries, no other than {names} is ever wrong."),
    )


def _names(labels: set[Any]) -> str:
    return listed(f"`{each}`" for each in sorted(map(str, labels)))


def _item_kinds(pairs: Sequence[Pair]) -> Difference | None:
    """Items of another kind than the right ones."""
    kinds = {(_kind(pair.right), _kind(pair.got)) for pair in pairs}
    if len(kinds) != 1:
        return None
    ((wanted, got),) = kinds
    if wanted == got or not wanted or not got:
        return None
    said = translated(
        "It returns {got} where {wanted} should be.", got=translated(got), wanted=translated(wanted)
    )
    return Difference("kind", said)


def _kind(value: Any) -> str:
    """What the items of a value are, in words; empty where they are of several kinds."""
    if _is_table(value):
        # Its items are names of columns.
        return ""
    items = value.to_numpy(dtype=object) if isinstance(value, (pd.Series, pd.Index)) else value
    # One item of each type tells it: there may be hundreds of thousands.
    found: dict[tuple[type, bool], Any] = {}
    for item in items if _has_length(value) else [value]:
        kind = type(item), getattr(item, "tzinfo", None) is not None
        if kind not in found and not _is_missing(item):
            found[kind] = item
    named = {
        next((words for words, kinds in ITEMS if isinstance(each, kinds)), "")
        for each in found.values()
    }
    if named == {"dates"} and all(zoned for _, zoned in found):
        return message("dates with a time zone")
    return named.pop() if len(named) == 1 else ""


def _is_missing(item: Any) -> bool:
    return np.ndim(item) == 0 and bool(pd.isna(item))


ITEMS: tuple[tuple[str, Any], ...] = (
    (message("True or False"), (bool, np.bool_)),
    (message("numbers"), (int, float, np.number)),
    (message("text"), str),
    (message("dates"), (pd.Timestamp, np.datetime64)),
    (message("days of the calendar without a time"), datetime.date),
    (message("spans of time"), (pd.Timedelta, np.timedelta64)),
    (message("pairs or lists"), (tuple, list)),
)


def _of_dates(pairs: Sequence[Pair]) -> Difference | None:
    """Dates that are all off by the same span."""
    gaps = []
    for pair in pairs:
        right, got = (_dates(value) for value in (pair.right, pair.got))
        if right is None or got is None or len(right) != len(got):
            return None
        gap = (got - right).dropna()
        gaps += gap[gap != pd.Timedelta(0)].tolist()
    if len(gaps) < FEWEST or len(set(gaps)) != 1:
        return None
    days = f"{abs(gaps[0]) / pd.Timedelta(days=1):g}"
    if gaps[0] > pd.Timedelta(0):
        said = translated(
            "Every wrong date is too late, by this number of days: {days}.", days=days
        )
    else:
        said = translated(
            "Every wrong date is too early, by this number of days: {days}.", days=days
        )
    return Difference("dates_off", said)


def _dates(value: Any) -> pd.Series | None:
    if isinstance(value, pd.Series) and value.dtype.kind == "M" and value.dt.tz is None:
        return value.reset_index(drop=True)
    return None


# ---- of numbers -----------------------------------------------------------------------------


def _numbers(value: Any) -> np.ndarray | None:
    """The numbers in a value, in a fixed order; None where it holds anything else."""
    if isinstance(value, dict):
        value = [value[key] for key in sorted(value, key=str)]
    if isinstance(value, (bool, np.bool_, str)) or value is None:
        return None
    try:
        array = np.asarray(value)
        if array.dtype.kind == "O":
            array = array.astype(float)
    except (TypeError, ValueError):
        return None
    return array.astype(float) if array.dtype.kind in "iuf" else None


@dataclass(frozen=True)
class Numbers:
    """The wrong numbers of one call beside the right ones, and how many values the call was of."""

    right: np.ndarray
    got: np.ndarray
    sizes: tuple[int, ...]


def _wrong_numbers(pairs: Sequence[Pair]) -> list[Numbers] | None:
    found = []
    for pair in pairs:
        right, got = _numbers(pair.right), _numbers(pair.got)
        if right is None or got is None or right.shape != got.shape:
            return None
        differ = ~np.isclose(got, right, rtol=1e-6, atol=1e-9, equal_nan=True)
        sizes = (len(arg) for arg in pair.args if _has_length(arg))
        found.append(Numbers(right[differ], got[differ], tuple(sorted({*sizes}))))
    return found


def _alike(a: Any, b: Any) -> bool:
    with np.errstate(all="ignore"):
        return bool(np.isclose(a, b, rtol=1e-5, atol=1e-9, equal_nan=False).all())


FACTORS: tuple[tuple[float, str], ...] = (
    (-1.0, message("the right one with the opposite sign")),
    (100.0, message("a hundred times the right one: a share and a percentage are not the same")),
    (0.01, message("a hundredth of the right one: a share and a percentage are not the same")),
    (2.0, message("twice the right one")),
    (0.5, message("half of the right one")),
    (1 / math.log(2), message("the right one times 1/ln 2: which base does your logarithm have?")),
    (math.log(2), message("the right one times ln 2: which base does your logarithm have?")),
    (
        1 / math.log(10),
        message("the right one times 1/ln 10: which base does your logarithm have?"),
    ),
    (math.log(10), message("the right one times ln 10: which base does your logarithm have?")),
    (1.4826, message("the right one times 1.4826")),
    (1 / 1.4826, message("the right one divided by 1.4826")),
)
# Of n values.
SIZED: tuple[tuple[str, Callable[[float], float], str], ...] = (
    ("n_over_n_minus_1", lambda n: n / (n - 1), message("times n/(n - 1): what do you divide by?")),
    ("n_minus_1_over_n", lambda n: (n - 1) / n, message("times (n - 1)/n: what do you divide by?")),
    ("times_n", lambda n: n, message("times n: is this a sum where a mean is asked for?")),
    ("over_n", lambda n: 1 / n, message("divided by n: is this a mean where a sum is asked for?")),
)
CURVES: tuple[tuple[str, Callable[[Any], Any], str], ...] = (
    ("complement", lambda x: 1 - x, message("1 minus the right one")),
    ("reciprocal", lambda x: 1 / x, message("1 divided by the right one")),
    ("square", np.square, message("the square of the right one")),
    ("root", np.sqrt, message("the square root of the right one")),
    ("logarithm", np.log, message("the logarithm of the right one")),
    ("exponential", np.exp, message("e to the power of the right one")),
    ("whole", np.trunc, message("the right one cut off to a whole number")),
    ("rounded", np.round, message("the right one rounded to a whole number")),
    ("rounded_to_2", lambda x: np.round(x, 2), message("the right one rounded to two decimals")),
    ("rounded_to_4", lambda x: np.round(x, 4), message("the right one rounded to four decimals")),
)


def _missing_numbers(pairs: Sequence[Pair]) -> Difference | None:
    found = _wrong_numbers(pairs)
    if not found or not all(len(each.right) for each in found):
        return None
    if all(np.isnan(each.right).all() for each in found):
        said = translated("Every wrong value is a number where NaN is right.")
        return Difference("number_for_nan", said)
    if all(np.isnan(each.got).all() for each in found):
        said = translated("Every wrong value is NaN where a number is right.")
        return Difference("nan_for_number", said)
    if all((each.got == 0).all() for each in found):
        return Difference("zero", translated("Every wrong value is 0 where it should not be."))
    return None


def _scaled(pairs: Sequence[Pair]) -> Difference | None:
    found = _wrong_numbers(pairs)
    if not found or not all(len(each.right) for each in found):
        return None
    right = np.concatenate([each.right for each in found])
    got = np.concatenate([each.got for each in found])
    if not (np.isfinite(right).all() and np.isfinite(got).all()):
        return None
    if len(np.unique(right)) < FEWEST:
        return None
    for factor, words in FACTORS:
        if _alike(got, factor * right):
            said = translated("Every wrong value is {what}", what=ended(translated(words)))
            return Difference("factor", said)
    for name, scale, words in SIZED:
        if all(any(_sized(each, scale, n) for n in each.sizes) for each in found):
            said = translated(
                "Every wrong value is the right one {what} "
                "Here n is the number of values in an argument.",
                what=translated(words),
            )
            return Difference(name, said)
    # A wrong 0 is a 1 in any case.
    if _all_bits(right) and _all_bits(got):
        return None
    # What was cut off may have been thought infinite.
    for name, curve, words in () if _all_bits(got) else CURVES:
        with np.errstate(all="ignore"):
            curved = curve(right)
        # Where it changes nothing, it is not what went wrong.
        if _alike(got, curved) and not np.isclose(curved, right, rtol=1e-5, atol=1e-9).any():
            what = ended(translated(words))
            return Difference(name, translated("Every wrong value is {what}", what=what))
    gaps = got - right
    if len(gaps) >= FEWEST and np.ptp(gaps) <= 1e-9 + 1e-6 * abs(gaps[0]):
        gap = f"{abs(gaps[0]):.4g}"
        if gaps[0] > 0:
            text = translated("Every wrong value is the right one plus {gap}.", gap=gap)
        else:
            text = translated("Every wrong value is the right one minus {gap}.", gap=gap)
        return Difference("shift", text)
    return None


def _all_bits(values: np.ndarray) -> bool:
    return bool(np.isin(values, (0.0, 1.0)).all())


def _sized(each: Numbers, scale: Callable[[float], float], n: int) -> bool:
    return n > 2 and _alike(each.got, scale(n) * each.right)


def _places(pairs: Sequence[Pair]) -> Difference | None:
    """The one place of a sequence that is wrong, the same in every call."""
    wrong = []
    for pair in pairs:
        right, got = _listed(pair.right), _listed(pair.got)
        if right is None or got is None or len(right) != len(got) or len(right) < 3:
            return None
        wrong.append((len(right), [i for i, r in enumerate(right) if not close(r, got[i])]))
    if all(places == [0] for _, places in wrong):
        said = translated("Only the first item is wrong; all others are right.")
        return Difference("first_item", said)
    if all(places == [n - 1] for n, places in wrong):
        said = translated("Only the last item is wrong; all others are right.")
        return Difference("last_item", said)
    return None


def _where_argument(pairs: Sequence[Pair]) -> Difference | None:
    """The items that are wrong, told by what stands at their place in an argument."""
    places = []
    for pair in pairs:
        right, got = _items(pair.right), _items(pair.got)
        if right is None or got is None or len(right) != len(got) or len(right) < 2:
            return None
        places.append([not close(r, g) for r, g in zip(right, got, strict=True)])
    for position in range(min(len(pairs[0].args), len(ORDINALS))):
        columns = [_items(pair.args[position]) for pair in pairs]
        if any(c is None or len(c) != len(p) for c, p in zip(columns, places, strict=True)):
            continue
        for name, words, holds in AT_PLACES:
            marks = [[holds(item, column) for item in column] for column in columns if column]
            if marks == places:
                text = translated(
                    "The wrong items are exactly those where the {which} argument {what}.",
                    which=translated(ORDINALS[position]),
                    what=translated(words),
                )
                return Difference(name, text)
    return None


def _items(value: Any) -> list[Any] | None:
    return _listed(value) if _has_length(value) else None


def _number(item: Any) -> bool:
    return isinstance(item, (int, float, np.number)) and not isinstance(item, (bool, np.bool_))


AT_PLACES: tuple[tuple[str, str, Callable[[Any, list[Any]], bool]], ...] = (
    ("where_missing", message("is missing"), lambda item, column: _is_missing(item)),
    ("where_zero", message("is 0"), lambda item, column: _number(item) and item == 0),
    ("where_negative", message("is negative"), lambda item, column: _number(item) and item < 0),
    (
        "where_tied",
        message("has equal values"),
        lambda item, column: sum(close(item, other, 0.0, 0.0) for other in column) > 1,
    ),
)


def _transposed(pairs: Sequence[Pair]) -> Difference | None:
    for pair in pairs:
        right, got = _numbers(pair.right), _numbers(pair.got)
        if right is None or got is None or right.ndim != 2 or not close(right.T, got):
            return None
    return Difference("transposed", translated("The rows and the columns are exchanged."))


def _direction(pairs: Sequence[Pair]) -> Difference | None:
    """All wrong numbers lie on one side of the right ones."""
    found = _wrong_numbers(pairs)
    if not found or not all(len(each.right) for each in found):
        return None
    gaps = np.concatenate([each.got - each.right for each in found])
    # A few numbers lie on one side by chance.
    if len(gaps) < 6 or not np.isfinite(gaps).all():
        return None
    if (gaps > 0).all():
        said = translated("Every wrong value is larger than the right one.")
        return Difference("too_large", said)
    if (gaps < 0).all():
        said = translated("Every wrong value is smaller than the right one.")
        return Difference("too_small", said)
    return None


def _opposite(pairs: Sequence[Pair]) -> Difference | None:
    kinds = (bool, np.bool_)
    if all(isinstance(v, kinds) for pair in pairs for v in (pair.right, pair.got)):
        got = {bool(pair.got) for pair in pairs}
        if len(got) == 1:
            (said,) = got
            return Difference("one_sided", translated("Every wrong call says {value}.", value=said))
        return Difference("opposite", translated("It says the opposite of what is right."))
    return None


DETECTORS: tuple[Detector, ...] = (
    _rows_of_labels,
    _of_lists("reversed", message("The right items come in reverse order."), _reversed),
    _of_lists(
        "reordered", message("The right items come in another order than is asked for."), _reordered
    ),
    _of_lists(
        "repeated", message("The right items are there, some of them more than once."), _repeated
    ),
    _item_kinds,
    _labels_lost,
    _rows_reordered,
    _columns,
    _parts,
    _transposed,
    _where_argument,
    _missing_numbers,
    _scaled,
    _of_dates,
    _places,
    _of_lists(
        "stops_early",
        message("The first items are right, but the list ends too early."),
        _stops_early,
    ),
    _of_lists(
        "goes_on", message("The first items are right, but the list goes on too long."), _goes_on
    ),
    _of_lists("one_late", message("Every item stands one place too late."), _shifted_later),
    _of_lists("one_early", message("Every item stands one place too early."), _shifted_earlier),
    _lengths,
    _opposite,
    _same_for_all,
    _direction,
)


# ---- of the calls ---------------------------------------------------------------------------


def _of_calls(attempt: Attempt) -> Iterator[Difference]:
    """What the arguments of all wrong calls have, and those of no right call."""
    wrong = [case for case, _, right in attempt.rows if not right]
    fine = [case for case, _, right in attempt.rows if right]
    if len(wrong) >= FEWEST and len(fine) >= FEWEST:
        for key, words in what_sets_apart(attempt, wrong, fine):
            yield Difference(
                key, translated("It is wrong on exactly the calls with {what}.", what=words)
            )
            return


def _changed(attempt: Attempt) -> Iterator[Difference]:
    """The arguments that a call left otherwise than they were."""
    changed: set[int] = set()
    for case, mine, _ in attempt.rows:
        # Arguments that grew too large come back as one thing.
        if mine.after is not None and len(mine.after) == len(case.args):
            pairs = enumerate(zip(case.args, mine.after, strict=True))
            changed |= {i for i, (was, now) in pairs if plain.to_bytes(was) != plain.to_bytes(now)}
    known = [each.name if each else "" for each in parameters(attempt.exercise)]
    names = {known[i] if i < len(known) else "" for i in changed}
    if names and "" not in names:
        one = message("It changes its argument {names}.")
        several = message("It changes its arguments {names}.")
        said = translated(several if len(names) > 1 else one, names=_names(names))
        yield Difference("changes_argument", said)
    elif any(mine.after is not None for mine in attempt.outcomes):
        yield Difference("changes_argument", translated("It changes what it is given."))


def parameters(exercise: Exercise) -> list[inspect.Parameter | None]:
    """For each argument of a case the parameter that a learner sees; None where there is none.

    An adapter takes the answer and then arguments of its own, of which only those with a name
    that the statement uses are the learner's.
    """
    own = inspect.signature(exercise.reference).parameters
    if exercise.adapter is None:
        return list(own.values())
    lent = list(inspect.signature(exercise.adapter).parameters)[1:]
    return [own.get(name) for name in lent]


def what_sets_apart(
    attempt: Attempt, some: Sequence[Case], others: Sequence[Case]
) -> Iterator[tuple[str, str]]:
    """What the arguments of all of ``some`` calls have and those of no other: names and words."""
    names = parameters(attempt.exercise)
    shared = set.intersection(*(set(features(case.args, names)) for case in some))
    shared -= set().union(*(features(case.args, names) for case in others))
    for condition, words in CONDITIONS.items():
        for key in sorted(shared):
            name, _, argument = key.partition(":")
            if name == condition:
                yield key, translated(words).format(argument)


CONDITIONS = {
    "empty": message("an empty `{}`"),
    "missing": message("a missing value in `{}`"),
    "infinite": message("an infinite value in `{}`"),
    "single": message("one item in `{}`"),
    "beyond": message("`{}` larger than the number of items"),
    "other_than_default": message("`{}` other than its default"),
    "zero": message("`{}` equal to 0"),
    "repeated_labels": message("repeated labels in the index of `{}`"),
    "all_equal": message("all values of `{}` equal"),
    "negative": message("a negative value in `{}`"),
    "with_zero": message("a 0 in `{}`"),
    "ties": message("equal values in `{}`"),
}


def features(args: Args, known: Sequence[inspect.Parameter | None]) -> list[str]:
    """What is special about the arguments of a call: conditions with the argument's name."""
    found: list[str] = []
    sized = [len(arg) for arg in args if _has_length(arg)]
    for arg, parameter in zip(args, known, strict=False):
        if parameter is None:
            continue
        name = parameter.name
        if parameter.default is not inspect.Parameter.empty and not close(parameter.default, arg):
            found.append(f"other_than_default:{name}")
        if isinstance(arg, (int, np.integer)) and not isinstance(arg, bool):
            found += [f"beyond:{name}"] if sized and arg > max(sized) else []
            found += [f"zero:{name}"] if arg == 0 else []
        found += [f"{each}:{name}" for each in _of_argument(arg)]
    return found


def _has_length(value: Any) -> bool:
    # A ragged list has no shape, and a length all the same.
    return isinstance(value, (list, tuple, pd.DataFrame)) or (
        isinstance(value, SEQUENCES) and np.ndim(value) > 0
    )


def _of_argument(arg: Any) -> Iterator[str]:
    if not _has_length(arg):
        return
    if len(arg) == 0:
        yield "empty"
        return
    if len(arg) == 1:
        yield "single"
    if isinstance(arg, (pd.Series, pd.DataFrame)) and arg.index.has_duplicates:
        yield "repeated_labels"
    flat = _flat(arg)
    if flat is None:
        return
    if pd.isna(flat).any():
        yield "missing"
    numbers = _numbers(flat[~pd.isna(flat)])
    if numbers is None or not len(numbers):
        return
    if np.isinf(numbers).any():
        yield "infinite"
    if (numbers < 0).any():
        yield "negative"
    if (numbers == 0).any():
        yield "with_zero"
    if len(numbers) > 1:
        distinct = len(np.unique(numbers))
        if distinct == 1:
            yield "all_equal"
        if distinct < len(numbers):
            yield "ties"


def _flat(arg: Any) -> np.ndarray | None:
    try:
        return np.asarray(arg, dtype=object).ravel()
    except ValueError:
        # Ragged lists have no one shape.
        return None
