"""Run one query on small tables with DuckDB, and bring back plain data.

A table is ``(name, columns, rows)``: ``("days", "day DATE", (("2017-01-02",),))``.
Dates and times are ISO text, both where they go in and where they come out.
"""

from __future__ import annotations

import contextlib
import datetime
import decimal
import functools
import logging
import math
import os
import re
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from utils.translation import listed, message, translated

Table = tuple[str, str, tuple[tuple[Any, ...], ...]]

MAX_ROWS = 10_000
# A query of the course takes some hundredths of a second.
SECONDS = 2.0
# On Linux what runs an answer is ended with it; elsewhere its thread would go on with the query.
TIMED = sys.platform != "linux"
DIALECTS = ("hive", "spark", "mysql")
# What DuckDB adds to its message: where in the query, other names, an extension, settings that
# cannot be changed here.
ADVICE = re.compile(
    r"\nLINE|\n[^\n]*\n *\^|\nCandidate|Candidate functions|Possible solutions|\nDid you mean"
    r"|Use \"?SET \w+ ?(?:=|TO)|Please try installing|Alternatively, consider enabling"
)
MOST_LETTERS = 300
# What DuckDB makes of Ctrl-C.
INTERRUPTED = "Query interrupted"
MEMORY = "256MB"
# No extension, no variable of Python's, little memory.
SETTINGS: dict[str, Any] = {
    # The caller's alone: what no other thread works on, a forked process can go on with.
    "threads": 1,
    "async_threads": 0,
    "memory_limit": MEMORY,
    "python_enable_replacements": False,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    # Where it may write, it may also read and list, whatever else is said of files.
    "temp_directory": "",
}
# No file, no network, and no way to change that. Said once the database is open: what is open by
# then is allowed, and the name of one in memory would be that of a file.
CLOSED = ("SET enable_external_access = false", "SET lock_configuration = true")


# What we say of a query ourselves. It runs elsewhere, so it is said in English and translated where
# it is shown; the first that fits counts.
CHANGES = message("Return one SELECT that only reads: this one changes a table.")
ENDLESS = message("The query did not end in {seconds} seconds: is a join condition missing?")
HALF = message("The query holds half a character (a lone surrogate): type that character again.")
LARGE = message("The query takes more than {memory} of memory: is a join condition missing?")
MANY = message("The query returns more than {n} rows: is a join condition missing?")
NO_TEXT = message("Return the query as text: this is of type {kind}.")
NOTHING = message("Return one SELECT (WITH is fine): there is no statement in it.")
OTHER = message("Return one SELECT (WITH is fine): this is {found}.")
NOTHING_READ = message("Return one SELECT (WITH is fine): this one is no SELECT.")
SEVERAL = message("Return one SELECT (WITH is fine): these are {n} statements.")
PIVOTED = message("Return one SELECT (WITH is fine): this is another statement, around a PIVOT.")
RAGGED = message("The rows of the table {name} are not of one length.")
UNFINISHED = message(
    "sqlglot cannot translate this from {dialect}: is a bracket, a quote or an argument missing?"
)
UNTRANSLATED = message("sqlglot cannot translate this from {dialect}: {why}")
NO_TABLE = message("{why} The tables are {names}.")
OF_OURS = (
    CHANGES,
    ENDLESS,
    HALF,
    LARGE,
    MANY,
    NO_TEXT,
    NOTHING,
    NOTHING_READ,
    PIVOTED,
    SEVERAL,
    OTHER,
    RAGGED,
    UNFINISHED,
    UNTRANSLATED,
    NO_TABLE,
)


class QueryError(ValueError):
    """A query cannot be run; the message is one sentence for who wrote it."""


def said(sentence: str) -> str:
    """What a `QueryError` says, in the language of whoever reads it; a database's words stay.

    Examples
    --------
    >>> said("Return the query as text: this is of type int.")
    'Return the query as text: this is of type int.'
    """
    for template in OF_OURS:
        if found := _form(template).fullmatch(sentence):
            values = found.groupdict()
            if "names" in values:
                values["names"] = listed(values["names"].split(", "))
            return translated(template, **values)
    return sentence


@functools.cache
def _form(template: str) -> re.Pattern[str]:
    """What every sentence that was made of a template matches."""
    parts = re.split(r"\{(\w+)\}", template)
    parts[::2] = map(re.escape, parts[::2])
    # What a database says may hold the words that follow it here.
    parts[1::2] = [f"(?P<{n}>{'.*' if n == 'why' else '.*?'})" for n in parts[1::2]]
    return re.compile("".join(parts))


def run(query: Any, tables: Sequence[Table], *, timed: bool = TIMED) -> dict[str, Any]:
    """The result of one query on these tables, and on nothing else.

    Parameters
    ----------
    query : str
        One SELECT. Its first line may be ``-- hive``, ``-- spark`` or ``-- mysql``: then sqlglot
        translates it into DuckDB's SQL.
    tables : sequence of (str, str, tuple of tuple)
        Name, columns with their types, and rows.
    timed : bool
        Whether to interrupt it after `SECONDS`.

    Returns
    -------
    dict
        ``columns``: a list of names; ``rows``: a list of tuples; ``translated``: the query as it
        was run where it was translated, else an empty text.

    Raises
    ------
    QueryError
        When it is no SELECT, DuckDB refuses it, or it returns more than `MAX_ROWS` rows.

    Examples
    --------
    >>> run("SELECT MAX(day) AS newest FROM days", [("days", "day DATE", (("2017-01-02",),))])
    {'columns': ['newest'], 'rows': [('2017-01-02',)], 'translated': ''}
    """
    import duckdb

    # A subclass of str could say one thing to the check and another one to the database.
    if type(query) is not str:
        raise QueryError(NO_TEXT.format(kind=type(query).__name__))
    try:
        query.encode()
    except UnicodeEncodeError:
        raise QueryError(HALF) from None
    translated = _translated(query)
    database, timer = _database(), None
    connection = database.connection
    try:
        _load(tuple(tables), database)
        statements = connection.extract_statements(translated or query)
        kinds = list(map(_kind, statements))
        if kinds == ["MULTI"]:
            text = statements[0].query
            if not _can_be_read_from(text, connection):
                raise QueryError(PIVOTED if "pivot" in text.lower() else NOTHING_READ)
        elif kinds != ["SELECT"]:
            if len(kinds) > 1:
                raise QueryError(SEVERAL.format(n=len(kinds)))
            raise QueryError(OTHER.format(found=kinds[0]) if kinds else NOTHING)
        if timed:
            timer = threading.Timer(SECONDS, connection.interrupt)
            timer.start()
        # A SELECT may hold an INSERT, UPDATE or DELETE, and the tables stay for the next query.
        connection.execute("BEGIN TRANSACTION READ ONLY")
        cursor = connection.execute(statements[0])
        columns = [str(each[0]) for each in cursor.description or ()]
        rows = cursor.fetchmany(MAX_ROWS + 1)
    except duckdb.Error as error:
        raise QueryError(_sentence(error, [name for name, _, _ in tables])) from None
    finally:
        if timer:
            timer.cancel()
        with contextlib.suppress(duckdb.Error):
            connection.execute("ROLLBACK")
    if len(rows) > MAX_ROWS:
        raise QueryError(MANY.format(n=f"{MAX_ROWS:,}"))
    return {
        "columns": columns,
        "rows": [tuple(map(_plain, row)) for row in rows],
        "translated": translated,
    }


def _kind(statement: Any) -> str:
    """SELECT, MULTI for what is several statements to DuckDB, else the word that it begins with.

    DuckDB has fewer kinds than words, and takes CHECKPOINT for a CALL.
    """
    try:
        kind = str(statement.type.name)
    except ValueError:
        # Python has no name for it.
        return _first_word(statement.query)
    if kind in ("SELECT", "MULTI"):
        return kind
    first = _first_word(statement.query)
    return kind if first in ("", "WITH", "FROM") else first


def _first_word(query: str) -> str:
    import duckdb

    text = query.encode()
    tokens = (at for at, kind in duckdb.tokenize(query) if kind != duckdb.token_type.comment)
    word = re.match(rb"[A-Za-z]*", text[next(tokens, len(text)) :])
    return word[0].decode().upper() if word else ""


def _can_be_read_from(query: str, connection: Any) -> bool:
    """Whether a query may stand in a FROM.

    A PIVOT that does not list its values is several statements to DuckDB, and so is a SET or a
    CREATE that holds one. In a FROM there can be no SET.
    """
    import duckdb

    text = query.encode()
    end = len(text)
    # Behind a semicolon no bracket can be closed.
    for start, kind in reversed(duckdb.tokenize(query)):
        if kind != duckdb.token_type.comment and text[start : start + 1] != b";":
            break
        end = start
    inner = text[:end].decode()
    try:
        return len(connection.extract_statements(f"SELECT * FROM ({inner}\n)")) == 1
    except duckdb.Error:
        return False


def ask(query: str, **tables: Any) -> list[tuple[Any, ...]]:
    """The rows of a query on small tables, each given as its columns' types and its rows.

    Raises
    ------
    QueryError
        As `run` does, in the language of the notebook.

    Examples
    --------
    >>> ask("SELECT SUM(n) AS total FROM carts", carts=("n INTEGER", (1,), (2,)))
    [(3,)]
    """
    try:
        return run(query, as_tables(tables), timed=True)["rows"]
    except QueryError as error:
        raise QueryError(said(str(error))) from None
    except RuntimeError as error:
        if str(error) != INTERRUPTED:
            raise
        raise KeyboardInterrupt from None


def as_tables(tables: dict[str, Any]) -> tuple[Table, ...]:
    """The keywords of `ask` as tables."""
    return tuple((name, header, tuple(rows)) for name, (header, *rows) in tables.items())


# ---- equal results --------------------------------------------------------------------------


def same_rows(expected: Sequence[Any], got: Sequence[Any], ordered: bool = False) -> bool:
    """Whether two results hold the same rows, each as often; in the same order where it counts.

    Numbers agree within 1e-9 whatever their type, NULL agrees with NULL alone.

    Examples
    --------
    >>> same_rows([(1, None), (2, 0.5)], [(2, 0.5), (1, None)])
    True
    >>> same_rows([(1,)], [(1,), (1,)]), same_rows([(0,)], [(None,)])
    (False, False)
    """
    if len(expected) != len(got):
        return False
    if not ordered:
        expected, got = sorted(expected, key=row_order), sorted(got, key=row_order)
    return all(
        len(left) == len(right) and all(map(same_value, left, right))
        for left, right in zip(expected, got, strict=True)
    )


def same_value(expected: Any, got: Any) -> bool:
    """Whether two values of a result agree."""
    if expected is None or got is None:
        return expected is got
    if isinstance(expected, (int, float)) and isinstance(got, (int, float)):
        if math.isnan(expected) or math.isnan(got):
            return math.isnan(expected) and math.isnan(got)
        return math.isclose(expected, got, rel_tol=1e-9, abs_tol=1e-9)
    return type(expected) is type(got) and bool(expected == got)


def row_order(row: Sequence[Any]) -> list[tuple[int, float, str]]:
    """What rows are sorted by where no order is asked for: NULL first, then numbers, then text."""
    return [_place(value) for value in row]


def _place(value: Any) -> tuple[int, float, str]:
    if value is None:
        return 0, 0.0, ""
    if isinstance(value, (int, float)):
        return (1, 0.0, "") if math.isnan(value) else (2, round(float(value), 6), "")
    return 3, 0.0, str(value)


# ---- a database of our own ------------------------------------------------------------------


@dataclass
class _Database:
    """A database in memory, and what it holds."""

    connection: Any
    names: list[str] = field(default_factory=list)
    # Its tables as text, or nothing while they are not all there. They are not compared themselves:
    # a stranger's values may not be comparable, and to Python 1, 1.0 and True are equal.
    tables: str = ""


# One for each thread that asks.
_open: dict[int, _Database] = {}
_left_alone: list[dict[int, _Database]] = []


def _go_on_with_ones_own() -> None:
    """In a forked process: keep a copy of the database of the thread that forked it.

    To open one costs more than most queries. Those of other threads may have been at work, and are
    not even closed.
    """
    global _open
    _left_alone.append(_open)
    me = threading.get_ident()
    _open = {me: _open[me]} if me in _open else {}


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_go_on_with_ones_own)


def _database() -> _Database:
    """The database in memory of the thread that asks."""
    import duckdb

    me = threading.get_ident()
    if me not in _open:
        connection = duckdb.connect(config=dict(SETTINGS))
        for sentence in CLOSED:
            connection.execute(sentence)
        _open[me] = _Database(connection)
    return _open[me]


def _load(tables: tuple[Table, ...], database: _Database) -> None:
    """See to it that a database holds these tables alone."""
    wanted, execute = repr(tables), database.connection.execute
    if database.tables == wanted:
        return
    database.tables = ""
    # The last one first: a table may refer to one before it.
    while database.names:
        execute(f"DROP TABLE IF EXISTS {database.names[-1]}")
        database.names.pop()
    for name, columns, rows in tables:
        # A word of SQL's may be a name too.
        quoted = '"' + name.replace('"', '""') + '"'
        execute(f"CREATE TABLE {quoted} ({columns})")
        database.names.append(quoted)
        if len({len(row) for row in rows}) > 1:
            raise QueryError(RAGGED.format(name=name))
        if rows:
            lists = [list(column) for column in zip(*rows, strict=True)]
            marks = ", ".join("unnest(?)" for _ in lists)
            execute(f"INSERT INTO {quoted} SELECT {marks}", lists)
    database.tables = wanted


def _translated(query: str) -> str:
    """The query in DuckDB's SQL where its first line names another dialect, else nothing."""
    first, _, rest = query.lstrip().partition("\n")
    words = first.strip().lower().split()
    if len(words) != 2 or words[0] != "--" or words[1] not in DIALECTS:
        return ""
    import sqlglot

    # What it thinks of a hint is nothing to a learner.
    logging.getLogger("sqlglot").setLevel(logging.CRITICAL)
    try:
        return "; ".join(sqlglot.transpile(rest, read=words[1], write="duckdb"))
    except (sqlglot.errors.SqlglotError, RecursionError) as error:
        # Without what it says of its own classes, and of a text that it has taken apart.
        text = re.split(r"\n|\. Line| but got <Token", str(error), maxsplit=1)[0]
        if "<class" not in text and not text.startswith("Error tokenizing"):
            raise QueryError(UNTRANSLATED.format(dialect=words[1], why=text)) from None
    except Exception:
        # It trips over some queries that end too early.
        pass
    raise QueryError(UNFINISHED.format(dialect=words[1]))


def _sentence(error: BaseException, names: Sequence[str]) -> str:
    """DuckDB's own message without caret lines and guesses, and the tables where one is missing."""
    text = " ".join(ADVICE.split(str(error))[0].split())[:MOST_LETTERS]
    # A query may hold these words itself.
    if type(error).__name__ == "TransactionException" and "read-only mode" in text:
        return CHANGES
    if type(error).__name__ == "InterruptException":
        return ENDLESS.format(seconds=f"{SECONDS:g}")
    if type(error).__name__ == "OutOfMemoryException":
        return LARGE.format(memory=MEMORY)
    if "Table with name" in text:
        text = NO_TABLE.format(why=text, names=", ".join(names))
    return text


def _plain(value: Any) -> Any:
    if isinstance(value, datetime.datetime):
        text = value.isoformat(sep=" ")
        return text.removesuffix(" 00:00:00")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return float(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
        return float(value)
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    return str(value)
