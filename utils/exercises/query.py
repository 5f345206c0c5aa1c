"""Write a query: a function without arguments that returns it, judged by its rows."""

from __future__ import annotations

import doctest
import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from utils import sql
from utils.execution.outcomes import Stop
from utils.exercises.attempt import Attempt
from utils.exercises.equality import describe
from utils.exercises.literal import literal
from utils.exercises.marks import Args, Case, CriterionResult, Difference
from utils.exercises.write_it import Call, Property, WriteIt
from utils.translation import listed, message, translated

NAMED = "columns_named"
FEWEST = 2


def rows_of(answer, tables):
    """What the query that an answer returns gives on some tables."""
    from utils import sql

    return sql.run(answer(), tables)


@dataclass(frozen=True, kw_only=True, eq=False)
class WriteTheQuery(WriteIt):
    """A query to write: ``answer() -> str``.

    Each property draws tuples of one argument: the tables, as `utils.sql.run` takes them. The names
    of the columns and their order are a criterion of its own with half a weight, and do not matter
    to the others where all names are there.

    Parameters
    ----------
    ordered : bool
        Whether the statement asks for an order of rows.
    """

    adapter: Callable[..., Any] | None = rows_of
    seconds: float = sql.SECONDS
    ordered: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        ordinary = self.properties[0].inputs
        named = Property(
            NAMED,
            message("the columns have the names and the order that the statement gives them"),
            lambda rng: ordinary(rng)[:1],
            _columns_are_right,
            points=0.5,
            stands="no mistake of thought: a wrong name costs half a weight",
        )
        object.__setattr__(self, "properties", (*self.properties, named))
        object.__setattr__(self, "agrees", functools.partial(same_result, self.ordered))

    @property
    def examples(self) -> tuple[Args, ...]:
        """The tables that the docstring asks about."""
        return tuple(self.shown) or shown(self.reference)

    def written(self, args: Args) -> str:
        """One call as a learner reads it: the tables that the query ran on."""
        tables = "".join(
            f"\n  {name} ({columns}): {describe(rows, 200)}" for name, columns, rows in args[0]
        )
        return translated("{name}() on these tables:{tables}", name=self.name, tables=tables)

    def pasted(self, case: Case) -> str:
        """The query on tables that were drawn; none for names alone, which `ask` does not show."""
        if case.criterion == NAMED:
            return ""
        tables = (f"{name}={literal((columns, *rows))}" for name, columns, rows in case.args[0])
        return f"ask({', '.join([f'{self.name}()', *tables])})"

    def said(self, value: Any) -> str:
        """A result as a learner reads it: names of columns, then rows."""
        return as_table(value, describe, self.ordered)

    def in_full(self, value: Any) -> str:
        """As `said`, with every row."""
        return as_table(value, literal, self.ordered)

    def differences(self, attempt: Attempt) -> list[Difference]:
        """How every wrong result differs from the right one."""
        return find(attempt)

    def remark(self, attempt: Attempt, results: Sequence[CriterionResult]) -> str:
        """What should hold; and the query as it was run, where it was translated."""
        said = super().remark(attempt, results)
        if attempt.outcomes and all(each.failed_by == Stop.TIMEOUT for each in _failed(attempt)):
            said = translated(ENDLESS) if _failed(attempt) else said
        # Of the visible tables alone: what is sent of the others may quote them.
        for outcome in attempt.outcomes[: len(self.examples)]:
            if isinstance(outcome.value, dict) and outcome.value.get("translated"):
                query = outcome.value["translated"]
                return said + translated(" It was run as: {query}", query=query)
        return said


ENDLESS = message(
    "The query did not end in time: is there a join without its condition, or a recursion "
    "without an end?"
)


def _failed(attempt: Attempt) -> list[Any]:
    return [each for each in attempt.outcomes if each.failure and each.failed_by != Stop.NOT_RUN]


@functools.cache
def shown(reference: Callable[[], str]) -> tuple[Args, ...]:
    """The tables of each call of ``ask`` in the docstring of a reference."""
    recorded: list[Args] = []

    def record(query: str, **tables: Any) -> Any:
        recorded.append((sql.as_tables(tables),))
        return sql.ask(query, **tables)

    namespace = {reference.__name__: reference, "ask": record}
    for example in doctest.DocTestParser().get_examples(reference.__doc__ or ""):
        exec(compile(example.source, reference.__name__, "exec"), namespace)
    return tuple(recorded)


# ---- equal results --------------------------------------------------------------------------


def as_table(value: Any, written: Callable[[Any], str], ordered: bool) -> str:
    """A result in words, names first; where no order is asked for, the query's own is not shown."""
    if not isinstance(value, dict):
        return written(value)
    rows = value["rows"] if ordered else sorted(value["rows"], key=sql.row_order)
    return f"({', '.join(value['columns'])}): {written(rows)}"


def same_result(ordered: bool, expected: Any, got: Any) -> bool:
    """Whether two results hold the same rows, whatever the order of well-named columns."""
    if not isinstance(got, dict) or not isinstance(got.get("rows"), list):
        return False
    return sql.same_rows(expected["rows"], in_order(expected["columns"], got), ordered)


def in_order(columns: Sequence[str], got: dict[str, Any]) -> list[tuple[Any, ...]]:
    """The rows of a result, its columns in the order of these names where it has just these."""
    names = [name.lower() for name in got["columns"]]
    wanted = [name.lower() for name in columns]
    rows = [tuple(row) for row in got["rows"]]
    if names == wanted or sorted(names) != sorted(wanted) or len(set(names)) < len(names):
        return rows
    places = [names.index(name) for name in wanted]
    return [tuple(row[place] for place in places) for row in rows]


def _columns_are_right(call: Call) -> bool:
    wanted, got = call.expected["columns"], call.value["columns"]
    return [name.lower() for name in wanted] == [name.lower() for name in got]


# ---- what is true of every wrong result -----------------------------------------------------


@dataclass(frozen=True)
class Tables:
    """The right and the wrong result of one call."""

    columns: tuple[str, ...]
    right: list[tuple[Any, ...]]
    got: list[tuple[Any, ...]]
    got_columns: int

    @functools.cached_property
    def key(self) -> int:
        """How many of the first columns tell the right rows apart; 0 where none do."""
        for width in range(1, len(self.columns) + 1):
            if len({row[:width] for row in self.right}) == len(self.right):
                return width
        return 0

    @functools.cached_property
    def matched(self) -> list[tuple[tuple[Any, ...], tuple[Any, ...]]]:
        """Right and wrong rows of the same key, where that occurs once on both sides."""
        theirs: dict[tuple[Any, ...], list[tuple[Any, ...]]] = {}
        for row in self.got:
            theirs.setdefault(row[: self.key], []).append(row)
        return [
            (row, theirs[row[: self.key]][0])
            for row in self.right
            if len(theirs.get(row[: self.key], ())) == 1
        ]

    def keys(self, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """The keys of some rows."""
        return [row[: self.key] for row in rows]


def find(attempt: Attempt) -> list[Difference]:
    """What holds of every wrong result, the most telling first; at most two sentences."""
    wrong = [(case, mine) for case, mine, right in attempt.rows if not right]
    ran = [(case, mine) for case, mine in wrong if not mine.failure]
    if not ran:
        # The error itself is the remark.
        return [Difference("raises", attempt.exercise.remark(attempt, ()))] if wrong else []
    if all(case.criterion == NAMED for case, _ in wrong):
        case, mine = wrong[0]
        return [_of_names(attempt.sheet.expected(case).value["columns"], mine.value["columns"])]
    if len(ran) < len(wrong) or len(wrong) < FEWEST:
        return []
    pairs = []
    for case, mine in ran:
        right = attempt.sheet.expected(case).value
        rows = in_order(right["columns"], mine.value)
        width = len(mine.value["columns"])
        pairs.append(Tables(tuple(right["columns"]), list(right["rows"]), rows, width))
    found = list(_of_all(pairs))
    return found[:2]


def _of_names(wanted: Sequence[str], got: Sequence[str]) -> Difference:
    """Which names are not there, or else that their order is another one; none of its own."""
    there = {name.lower() for name in got}
    if missing := [name for name in wanted if name.lower() not in there]:
        said = translated(
            "Not among the names of the result's columns: {names}.", names=listed(missing)
        )
        return Difference("names", said)
    said = translated(
        "The columns are in another order than asked for: {names}.", names=listed(wanted)
    )
    return Difference("order_of_columns", translated(said, names=listed(wanted)))


def _of_all(pairs: Sequence[Tables]) -> Iterator[Difference]:
    columns = pairs[0].columns
    if any(pair.got_columns != len(columns) for pair in pairs):
        if all(pair.got_columns != len(columns) for pair in pairs):
            text = translated(
                "Number of columns in the result: {n}; the statement asks for {wanted}: {names}.",
                n=pairs[0].got_columns,
                wanted=len(columns),
                names=listed(columns),
            )
            yield Difference("columns", text)
        return
    if all(not pair.got for pair in pairs):
        yield Difference("empty", translated("Every wrong result is empty, and should not be."))
        return
    if all(sql.same_rows(pair.right, pair.got) for pair in pairs):
        said = translated("The rows are right; their order is not the one asked for.")
        yield Difference("order", said)
        return
    if all({*pair.right} == {*pair.got} and len(pair.got) > len(pair.right) for pair in pairs):
        said = translated("The rows are right, but some of them come more than once.")
        yield Difference("duplicates", said)
        return
    yield from _of_keys(pairs)
    yield from _of_values(pairs)


def _of_keys(pairs: Sequence[Tables]) -> Iterator[Difference]:
    width = max(pair.key for pair in pairs)
    name = listed(pairs[0].columns[: max(1, width)])
    right = [set(pair.keys(pair.right)) for pair in pairs]
    got = [set(pair.keys(pair.got)) for pair in pairs]
    if all(len(pair.got) > len(theirs) for pair, theirs in zip(pairs, got, strict=True)):
        said = translated(
            "In every wrong result there are several rows for the same {name}.", name=name
        )
        yield Difference("repeated", said)
    missing = [len(mine - theirs) for mine, theirs in zip(right, got, strict=True)]
    extra = [len(theirs - mine) for mine, theirs in zip(right, got, strict=True)]
    if all(missing) and not any(extra):
        said = translated(
            "In every wrong result some rows are missing (by {name}), at least {n}, "
            "and none is too many.",
            name=name,
            n=min(missing),
        )
        yield Difference("missing", said)
    elif all(extra) and not any(missing):
        said = translated(
            "Every wrong result has rows (by {name}) that should not be there, "
            "and none is missing.",
            name=name,
        )
        yield Difference("extra", said)


def _of_values(pairs: Sequence[Tables]) -> Iterator[Difference]:
    matched = [pair.matched for pair in pairs]
    if not all(matched):
        return
    large: list[str] = []
    small: list[str] = []
    for at, name in enumerate(pairs[0].columns):
        both = [[(mine[at], theirs[at]) for mine, theirs in rows] for rows in matched]
        wrong = [[(r, g) for r, g in rows if not sql.same_value(r, g)] for rows in both]
        if not all(wrong):
            continue
        flat = [each for rows in wrong for each in rows]
        if all(g is None for _, g in flat):
            said = translated("{name} is NULL where it should have a value.", name=name)
            yield Difference("null", said)
        elif all(r is None for r, _ in flat):
            said = translated("{name} has a value where it should be NULL.", name=name)
            yield Difference("not_null", said)
        elif all(_is_number(r) and _is_number(g) for r, g in flat):
            if all(g > r for r, g in flat):
                large.append(name)
            elif all(g < r for r, g in flat):
                small.append(name)
            else:
                yield Difference("value", _wrong_in_some(name))
        else:
            yield Difference("value", _wrong_in_some(name))
    if large:
        said = translated(
            "In every wrong result too large in some rows and nowhere too small: {names}. "
            "If it is a sum or a count: which rows come into it more than once, or should not?",
            names=listed(large),
        )
        yield Difference("too_large", said)
    if small:
        said = translated(
            "In every wrong result too small in some rows and nowhere too large: {names}. "
            "If it is a sum or a count: which rows are missing from it?",
            names=listed(small),
        )
        yield Difference("too_small", said)


def _wrong_in_some(name: str) -> str:
    return translated("In every wrong result {name} is wrong in some rows.", name=name)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
