"""Queries as answers: what is marked, what is refused, and the same rows on Spark."""

import ast
import dataclasses
import importlib.util
import inspect
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import textwrap
from concurrent import futures
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from utils import catalogue, sql
from utils.exercises import WriteTheQuery, attempt, proof
from utils.exercises.query import in_order

TASKS = catalogue.load("sql_round")
QUERIES = {name: task for name, task in TASKS.items() if isinstance(task, WriteTheQuery)}
VISITS = ("visits", "household_id INTEGER, day DATE", ((1, "2017-01-02"), (2, "2017-01-03")))


# ---- one query on tables --------------------------------------------------------------------


def test_rows_are_plain_data():
    query = """SELECT household_id, day, CAST(day AS TIMESTAMP) AS at,
        CAST(day AS TIMESTAMP) + INTERVAL 90 MINUTE AS later, CAST(0.5 AS DECIMAL(4, 2)) AS half,
        SUM(household_id) OVER () AS total, NULL AS nothing FROM visits ORDER BY household_id"""
    found = sql.run(query, [VISITS])
    assert found["columns"] == ["household_id", "day", "at", "later", "half", "total", "nothing"]
    assert found["rows"][0] == (
        (1, "2017-01-02", "2017-01-02", "2017-01-02 01:30:00", 0.5, 3, None)
    )


def test_tables_are_those_of_the_call_and_no_other():
    assert sql.run("SELECT COUNT(*) AS n FROM visits", [VISITS])["rows"] == [(2,)]
    fewer = (*VISITS[:2], VISITS[2][:1])
    assert sql.run("SELECT COUNT(*) AS n FROM visits", [fewer])["rows"] == [(1,)]
    with pytest.raises(sql.QueryError, match="does not exist! The tables are others"):
        sql.run("SELECT * FROM visits", [("others", "n INTEGER", ())])


@pytest.mark.parametrize(
    "value", [2**40, "x", pd.NA, float("nan"), np.array([1, 2]), pd.Series([1, 2]), [1], {"a": 1}]
)
def test_rows_that_cannot_be_loaded_fail_each_time_and_cost_the_next_call_nothing(value):
    """They are a stranger's: `course grade` keeps its process from one learner to the next."""
    count = "SELECT COUNT(household_id) AS n FROM visits"

    def told():
        try:
            return sql.run(count, [(*VISITS[:2], ((value, "2017-13-45"),))])
        except Exception as error:
            return type(error), str(error)

    assert told() == told() and isinstance(told(), tuple)
    assert sql.run(count, [VISITS])["rows"] == [(2,)]


@pytest.mark.parametrize(
    "tables",
    [
        {"order": ("n INTEGER", (1,))},
        {
            "a": ("id INTEGER PRIMARY KEY", (1,)),
            "b": ("a_id INTEGER REFERENCES a(id)", (1,)),
        },
    ],
    ids=["a_word_of_sql", "a_reference"],
)
def test_tables_of_any_name_and_with_references_go_when_others_come(tables, monkeypatch):
    monkeypatch.setattr(sql, "_open", {})
    first = next(iter(tables))
    assert sql.ask(f'SELECT COUNT(*) AS n FROM "{first}"', **tables) == [(1,)]
    for _ in range(2):
        assert sql.run("SELECT COUNT(*) AS n FROM visits", [VISITS])["rows"] == [(2,)]


@pytest.mark.parametrize(
    "table",
    [("n INTEGR", (1,)), ("n INTEGER", (1, 2)), ("n INTEGER", (1,), ()), ("n DATE", ("x",))],
)
def test_a_table_that_cannot_be_made_is_one_sentence(table):
    with pytest.raises(sql.QueryError, match=r"^[^\n]+$"):
        sql.ask("SELECT 1 AS n", t=table)


@pytest.mark.skipif(sys.platform != "linux", reason="forks, and counts threads in /proc")
def test_a_fork_goes_on_with_its_makers_database_which_has_no_thread(monkeypatch):
    monkeypatch.setattr(sql, "_open", {})
    count, twice = "SELECT COUNT(*) AS n FROM visits", (*VISITS[:2], VISITS[2] * 2)
    before = set(os.listdir("/proc/self/task"))
    sql.run(count, [VISITS])
    # One of an earlier test may have ended.
    assert set(os.listdir("/proc/self/task")) <= before

    def opened(_):
        raise AssertionError("a fork opened a database")

    monkeypatch.setattr("duckdb.connect", opened)
    with futures.ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as forked:
        assert forked.submit(sql.run, count, [twice]).result()["rows"] == [(4,)]
    assert sql.run(count, [VISITS])["rows"] == [(2,)]


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
def test_a_fork_leaves_the_databases_of_other_threads_alone(monkeypatch):
    theirs = sql._Database("of a thread that may be at work")
    monkeypatch.setattr(sql, "_open", {0: theirs})
    with futures.ProcessPoolExecutor(1, multiprocessing.get_context("fork")) as forked:
        assert forked.submit(_open_databases).result() == []
    assert sql._open == {0: theirs}


def _open_databases():
    return list(sql._open)


def test_same_rows():
    right = [(1, 0.1 + 0.2, None), (2, 5.0, "a"), (2, 5.0, "a")]
    assert sql.same_rows(right, [(2, 5, "a"), (1, 0.3, None), (2, 5, "a")])
    assert not sql.same_rows(right, right[:2])
    assert not sql.same_rows(right, [(1, 0.3, 0), *right[1:]])
    assert not sql.same_rows(right, right[::-1], ordered=True)
    assert not sql.same_rows([(1,)], [("1",)])
    assert not sql.same_rows([(None,)], [(float("nan"),)])


def test_columns_in_another_order_are_put_in_order():
    got = {"columns": ["B", "a"], "rows": [(1, 2)]}
    assert in_order(["a", "b"], got) == [(2, 1)]
    assert in_order(["a", "c"], got) == [(1, 2)]


def test_another_dialect_is_translated_where_it_is_named():
    found = sql.run("-- hive\nSELECT datediff('2017-01-05', day) AS n FROM visits", [VISITS])
    assert [row[0] for row in found["rows"]] == [3, 2]
    assert "DATE_DIFF" in found["translated"].upper()
    with pytest.raises(sql.QueryError, match="cannot translate this from mysql"):
        sql.run("-- mysql\nSELECT FROM WHERE ((", [VISITS])


@pytest.mark.parametrize("query", ["DATE_ADD(", "DATE_ADD('2017-01-01')", "DATE_SUB(x)", "(", "'x"])
def test_what_sqlglot_trips_over_is_told_in_a_sentence(query):
    with pytest.raises(sql.QueryError, match="a bracket, a quote or an argument missing"):
        sql.run(f"-- mysql\nSELECT {query}", [VISITS])


def test_what_sqlglot_says_of_itself_is_not_told(capfd):
    with pytest.raises(sql.QueryError, match=r"from mysql: Expected table name$"):
        sql.run("-- mysql\nSELECT 1 FROM", [VISITS])
    assert sql.run("-- hive\nSELECT /*+ MAPJOIN(a) */ 1 AS n", [VISITS])["rows"] == [(1,)]
    assert capfd.readouterr() == ("", "")


def test_names_are_listed_as_a_sentence_lists_them():
    sentence = sql.NO_TABLE.format(why="Table x does not exist!", names="visits, coupons, carts")
    assert sql.said(sentence).endswith("The tables are visits, coupons and carts.")
    sentence = sql.NO_TABLE.format(why="No table x The tables are y!", names="visits, carts")
    assert sql.said(sentence) == "No table x The tables are y! The tables are visits and carts."
    message = TASKS["median_basket"].mark(lambda: "SELECT 1 AS n").message
    assert re.search(r"the statement asks for \d: \w+(, \w+)* and \w+\.", message)


def test_a_column_that_is_off_to_one_side_need_not_be_a_sum():
    task = TASKS["median_basket"]
    query = task.reference()
    columns = sql.run(query, task.examples[0][0])["columns"]
    others = ", ".join(columns[:-1])
    for change, asked in (
        (
            "+ 1",
            "If it is a sum or a count: which rows come into it more than once, or should not?",
        ),
        ("- 1", "If it is a sum or a count: which rows are missing from it?"),
    ):
        off = f"SELECT {others}, {columns[-1]} {change} AS {columns[-1]} FROM ({query})"
        assert asked in task.mark(lambda off=off: off).message


REFUSED = {
    "reads_a_file": ("SELECT * FROM read_csv('/etc/passwd')", "disabled by configuration"),
    "reads_text": ("SELECT * FROM read_text('/etc/passwd')", "disabled by configuration"),
    "reads_parquet": ("SELECT * FROM 'tables.parquet'", "disabled by configuration"),
    "lists_files": ("SELECT * FROM glob('/*')", "disabled by configuration"),
    "attaches": ("ATTACH 'other.db' AS other", "this is ATTACH"),
    "checkpoints": ("CHECKPOINT", "this is CHECKPOINT"),
    "uses": ("USE memory", "this is USE"),
    "comments": ("/* one */ -- two\nCOMMENT ON TABLE visits IS 'x'", "this is COMMENT"),
    "inserts_with": ("WITH a AS (SELECT 1) INSERT INTO visits FROM a", "this is INSERT"),
    "copies_out": ("COPY visits TO 'out.csv'", "this is COPY"),
    "copies_to_the_name_of_the_database": (
        "WITH x AS (COPY visits TO ':memory:') SELECT 1 AS n",
        "disabled by configuration",
    ),
    "reads_the_name_of_the_database": (
        "SELECT * FROM read_csv(':memory:.wal')",
        "disabled by configuration",
    ),
    "exports": ("EXPORT DATABASE 'out'", "Return one SELECT"),
    "installs": ("INSTALL httpfs", "this is INSTALL"),
    "loads": ("LOAD httpfs", "this is LOAD"),
    "sets": ("SET enable_external_access = true", "this is SET"),
    "resets": ("RESET lock_configuration", "Return one SELECT"),
    "asks_a_pragma": ("PRAGMA database_list", "this is PRAGMA"),
    "calls": ("CALL pragma_version()", "Return one SELECT"),
    "drops": ("SELECT 1; DROP TABLE visits", "these are 2 statements"),
    "inserts": ("INSERT INTO visits VALUES (1, NULL) RETURNING *", "this is INSERT"),
    "deletes": ("WITH x AS (DELETE FROM visits RETURNING *) SELECT 1 AS n", "only reads"),
    "updates": ("WITH x AS (UPDATE visits SET day = NULL RETURNING *) FROM x", "only reads"),
    "adds": ("WITH x AS (INSERT INTO visits VALUES (3, NULL) RETURNING *) FROM x", "only reads"),
    "alters": ("ALTER TABLE visits ADD COLUMN x INT NOT NULL DEFAULT 3", "this one is no SELECT"),
    "extends": ("UPDATE EXTENSIONS", "this is UPDATE"),
    "adds_a_pivot": (
        "INSERT INTO visits SELECT 1, day FROM (PIVOT visits ON household_id USING COUNT(*))",
        "Return one SELECT",
    ),
    "keeps_a_pivot": (
        "SET VARIABLE x = (SELECT COUNT(*) FROM (PIVOT visits ON day USING COUNT(*)))",
        "another statement, around a PIVOT",
    ),
    "writes_where_it_may_spill": (
        "WITH x AS (COPY visits TO '.tmp/y.csv') SELECT 1 AS n",
        "disabled by configuration",
    ),
    "reads_where_it_may_spill": ("SELECT * FROM glob('.tmp/*')", "disabled by configuration"),
    "wants_an_extension": ("SELECT ST_Point(1, 2)", "spatial extension."),
    "wants_a_deep_expression": (
        f"SELECT {'+'.join('1' * 2000)}",
        "Max expression depth limit of 1000 exceeded",
    ),
    "reads_no_date": ("SELECT strptime('x', '%Y')", 'format specifier "%Y"'),
    "says_a_lot": ("SELECT error(repeat('a', 100000))", "aaaa"),
    "quotes_advice": ('SELECT "Use SET x" FROM visits', '"Use SET x"'),
    "quotes_a_refusal": ('SELECT "read-only mode" FROM visits', "Referenced column"),
    "holds_half_a_character": ("SELECT '\ud800' AS n", "type that character again"),
    "asks_for_advice": ("SELECT (SELECT day FROM visits) AS n", "one row"),
    "asks_the_network": ("SELECT * FROM read_csv('https://example.org/x.csv')", "Error"),
    "reads_a_frame": ("SELECT * FROM hidden", "does not exist"),
    "asks_the_environment": ("SELECT getenv('HOME')", "does not exist"),
    "crosses": ("SELECT a.* FROM range(1000) AS a, range(1000) AS b", "more than 10,000 rows"),
    "recurses": (
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r) SELECT n FROM r",
        "more than 10,000 rows",
    ),
    "fills_the_memory": (
        "SELECT LIST(a.range) FROM range(40000000) AS a",
        "more than 256MB of memory",
    ),
    "spills": (
        "SELECT COUNT(*) AS n FROM (SELECT * FROM range(20000000) ORDER BY random())",
        "more than 256MB of memory",
    ),
    "says_nothing": ("", "there is no statement in it"),
    "is_misspelt": ("SELEC 1", "syntax error"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_hostile_query_is_refused_in_one_sentence(what, tmp_path, monkeypatch):
    query, says = REFUSED[what]
    # Where DuckDB would write by default what does not fit into memory.
    (tmp_path / ".tmp").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sql, "_open", {})
    hidden = pd.DataFrame({"answer": [42]})
    with pytest.raises(sql.QueryError, match=r"^[^\n]+$") as caught:
        sql.run(query, [VISITS])
    said = str(caught.value)
    assert says in said, said
    assert len(said) <= 300
    assert not re.search(r"SET \w+ ?(=|TO)|INSTALL \w|\^", said)
    assert len(hidden) == 1
    assert not list((tmp_path / ".tmp").iterdir())
    assert sql.run("SELECT current_setting('allowed_paths') AS p", [])["rows"] == [("[]",)]
    # Nothing of it stays.
    assert sql.run("SELECT COUNT(*) AS n FROM visits", [VISITS])["rows"] == [(2,)]


def test_advice_that_would_be_refused_is_left_out():
    with pytest.raises(sql.QueryError) as caught:
        sql.run("SELECT (SELECT day FROM visits) AS n", [VISITS])
    assert "SET" not in str(caught.value)


def test_each_sentence_of_ours_is_told_by_its_own_template(monkeypatch):
    monkeypatch.setattr(sql, "translated", lambda template, **values: template)
    for template in sql.OF_OURS:
        assert sql.said(template) == template


def test_a_pivot_that_lists_no_values_is_one_select():
    pivot = "PIVOT visits ON household_id USING COUNT(*)"
    for query in (
        pivot,
        f"SELECT * FROM ({pivot}) ORDER BY day",
        f"-- by day\n({pivot})",
        f"/* a /* b */ c */ {pivot}; -- 的;\n/* ; */",
        f";{pivot};;",
        f"\ufeff{pivot}",
        pivot.replace("PIVOT", "pivot_wider"),
    ):
        assert sorted(sql.run(query, [VISITS])["columns"]) == ["1", "2", "day"]
    joined = sql.run(f"SELECT * FROM (VALUES (1)) AS one (n) CROSS JOIN ({pivot})", [VISITS])
    assert sorted(joined["columns"]) == ["1", "2", "day", "n"]
    for query in (f"SUMMARIZE {pivot}", f"DESCRIBE {pivot}"):
        assert len(sql.run(query, [VISITS])["rows"]) == 3
    for query in (f"EXPLAIN {pivot}", f"PREPARE p AS {pivot}", f"COPY ({pivot}) TO 'x.csv'"):
        with pytest.raises(sql.QueryError, match="Return one SELECT"):
            sql.run(query, [VISITS])
    for comments in ("", "/**/" * 200):
        with pytest.raises(sql.QueryError, match="Return one SELECT"):
            sql.run(f"{comments}CREATE TEMP TABLE kept AS {pivot}", [VISITS])
    with pytest.raises(sql.QueryError, match="kept does not exist"):
        sql.run("SELECT * FROM kept", [VISITS])


def test_text_that_pretends_is_refused():
    class Sly(str):
        def __str__(self):
            return "SELECT 1"

    for query in (Sly("SELECT 1"), None, 3, ["SELECT 1"]):
        with pytest.raises(sql.QueryError, match="Return the query as text"):
            sql.run(query, [VISITS])


# ---- marks ----------------------------------------------------------------------------------


def test_numbers_of_the_warehouse_are_numbers_here():
    task = TASKS["break_campaign_report"]

    def shifted(defect):
        campaigns, descriptions, transactions, redemptions = task.reference(defect)
        bought = [(h, basket + 31198459904, *rest) for h, basket, *rest in transactions]
        used = [(h, coupon + 10000085364, *rest) for h, coupon, *rest in redemptions]
        return campaigns, descriptions, bought, used

    assert task.mark(shifted).passed


@pytest.mark.parametrize(
    ("start", "says"),
    [("2017-02-30", "which has no 30 February"), ("２０１７-05-08", "Write a day like 2017-05-08")],
)
def test_a_day_that_is_none_is_told_so(start, says):
    task = TASKS["break_campaign_report"]

    def with_start(defect):
        campaigns, descriptions, *rest = task.reference(defect)
        return campaigns, [(c, start, end) for c, _, end in descriptions], *rest

    assert says in task.mark(with_start).message


def test_where_the_right_answer_fails_no_mistake_is_named():
    plain = TASKS["break_campaign_report"]
    odd = (10**9, 10**9, 1.0, "2017-05-08 19:00:00")

    def fails(campaigns, descriptions, transactions, redemptions):
        if odd in transactions:
            raise sql.QueryError("Out of Range Error")
        return plain.right(campaigns, descriptions, transactions, redemptions)

    def with_odd(defect):
        campaigns, descriptions, transactions, redemptions = plain.reference(defect)
        return campaigns, descriptions, [*transactions, odd], redemptions

    mark = dataclasses.replace(plain, right=fails).mark(with_odd)
    assert not mark.misconception
    assert (
        mark.message == "6 defects are not shown: the right answer fails on it: Out of Range Error."
    )


def test_ids_of_a_broken_report_fit_into_the_database():
    task = TASKS["break_campaign_report"]
    campaigns, descriptions, transactions, redemptions = task.reference("fan_out")
    for odd in (None, 1.5, True, "abc", [1]):
        described = [*descriptions, (odd, "2017-01-01", "2017-01-02")]
        message = task.mark(
            lambda _, d=described: (campaigns, d, transactions, redemptions)
        ).message
        assert "a campaign and a household are whole numbers below 2**63" in message
    money = "a value is a multiple of 0.25 from 0.25 to 1,000"
    for row, says in (
        ((2**70, *transactions[0][1:]), "household and basket are whole numbers below 2**63"),
        ((*transactions[0][:2], None, transactions[0][3]), money),
        ((*transactions[0][:2], "1", transactions[0][3]), money),
    ):
        message = task.mark(lambda _, r=row: (campaigns, descriptions, [r], redemptions)).message
        assert message == f"The inputs for 6 defects are not allowed. The rule: {says}."


@pytest.mark.parametrize("what", ["crosses", "drops", "reads_a_file"])
def test_a_hostile_query_earns_nothing(what):
    mark = TASKS["top_products"].mark(lambda: REFUSED[what][0])
    assert (mark.points, mark.passed) == (0, False)
    assert REFUSED[what][1] in mark.message
    assert "QueryError" not in mark.message


ENDLESS = """WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r)
    SELECT COUNT(*) AS n FROM r"""


def test_a_query_in_a_notebook_is_stopped_too(monkeypatch):
    monkeypatch.setattr(sql, "SECONDS", 0.1)
    with pytest.raises(sql.QueryError, match=r"did not end in 0\.1 seconds"):
        sql.ask(ENDLESS)

    def interrupted(*args, **kwargs):
        raise RuntimeError(sql.INTERRUPTED)

    monkeypatch.setattr(sql, "run", interrupted)
    with pytest.raises(KeyboardInterrupt):
        sql.ask(ENDLESS)


def test_a_query_that_never_ends_is_stopped():
    mark = TASKS["top_products"].mark(lambda: ENDLESS)
    assert mark.points == 0
    assert "did not end in time" in mark.message


def test_no_call_is_shown_for_names_alone():
    task = TASKS["median_basket"]
    renamed = f"SELECT store_id AS shop, median AS middle FROM ({task.reference()})"
    mark = task.mark(lambda: renamed)
    assert "columns_named" in mark.failed_properties and mark.wrong_call is None


def test_a_result_is_shown_in_the_order_that_is_asked_for():
    ordered, unordered = TASKS["rolling_active"], TASKS["silent_households"]
    result = {"columns": ["a"], "rows": [(2,), (None,), (1,)], "translated": ""}
    assert ordered.said(result) == ordered.in_full(result) == "(a): [(2,), (None,), (1,)]"
    assert unordered.said(result) == unordered.in_full(result) == "(a): [(None,), (1,), (2,)]"


def test_a_wrong_name_costs_half_a_weight():
    task = TASKS["day_retention"]

    def renamed():
        return f"SELECT cohort, households, d1, d7 AS seven FROM ({task.reference()})"

    mark = proof.mark_of_ours(task, renamed, 0)
    assert mark.failed_properties == ("columns_named",)
    assert task.points - 1 < mark.points < task.points
    assert "names and the order" in mark.message


def test_case_of_names_does_not_matter():
    task = TASKS["silent_households"]
    upper = "SELECT household_id AS HOUSEHOLD_ID, campaign_id AS Campaign_ID"

    def shouted():
        return f"{upper} FROM ({task.reference()})"

    # The values are right; the order of columns is not the one asked for.
    assert proof.mark_of_ours(task, shouted, 0).failed_properties == ("columns_named",)


DESCRIBED = {
    "missing": ("silent_households", "SELECT * FROM ({}) WHERE household_id % 3 <> 0"),
    "too_large": (
        "campaign_report",
        "SELECT * REPLACE (revenue * 1.1 + 1 AS revenue) FROM ({})",
    ),
    "null": (
        "rolling_active",
        "SELECT day, CASE WHEN active < 3 THEN NULL ELSE active END "
        "AS active FROM ({}) ORDER BY day",
    ),
    "order": ("rolling_active", "SELECT * FROM ({}) ORDER BY active, day DESC"),
    "duplicates": ("silent_households", "SELECT * FROM ({0}) UNION ALL SELECT * FROM ({0})"),
    "columns": ("silent_households", "SELECT *, 1 AS more FROM ({})"),
    "empty": ("campaign_report", "SELECT * FROM ({}) WHERE FALSE"),
}


@pytest.mark.parametrize("name", DESCRIBED)
def test_the_difference_of_tables_is_described(name):
    exercise, query = DESCRIBED[name]
    task = TASKS[exercise]
    mark = proof.mark_of_ours(task, lambda: query.format(task.reference()), 0)
    assert mark.diagnosis.kind == "difference", mark.message
    assert name in mark.diagnosis.names, mark.message


def test_statement_and_columns_agree():
    for name, task in QUERIES.items():
        case = attempt.sheet(task, 0).cases[0]
        for column in attempt.sheet(task, 0).expected(case).value["columns"]:
            assert f"``{column}``" in task.statement, (name, column)


# ---- the same rows elsewhere ----------------------------------------------------------------


def constants(*names):
    """The queries that the chapter gives names to."""
    book = json.loads(catalogue.chapter("sql_round").notebook.read_text("utf-8"))
    found = {}
    for cell in book["cells"]:
        if cell["cell_type"] == "code":
            for node in ast.parse("".join(cell["source"])).body:
                name = getattr(getattr(node, "targets", [None])[0], "id", None)
                if name in names:
                    found[name] = ast.literal_eval(node.value)
    return [found[name] for name in names]


def profile_task(rng):
    """A hundred lines around the day of the profile, and what chapter 1 says of them."""
    from solutions.user_value import household_profile

    day = pd.Timestamp("2017-03-04")
    lines = [
        (int(h), int(b), int(v) / 4, str((day - pd.Timedelta(days=int(b) % 70 - 3)).date()))
        for h, b, v in zip(
            rng.integers(1, 8, 100), rng.integers(1, 60, 100), rng.integers(1, 40, 100), strict=True
        )
    ]
    lines = [(h + 10 * (b % 3), b + 100 * h, v, d) for h, b, v, d in lines]
    ids = list(range(1, 30))
    tx = pd.DataFrame(lines, columns=["household_id", "basket_id", "sales_value", "day"])
    right = household_profile(tx.assign(day=pd.to_datetime(tx["day"])), ids, day)
    columns = "household_id INTEGER, basket_id INTEGER, sales_value DOUBLE, day DATE"
    tables = (
        ("ids", "household_id INTEGER", tuple((i,) for i in ids)),
        ("transactions", columns, tuple(lines)),
    )
    rows = [(int(i), *map(float, row)) for i, row in zip(ids, right.to_numpy(), strict=True)]
    return tables, rows


def neighbours_task(rng):
    """Preferences of twelve users for seven items, and what chapter 4 says of them."""
    from solutions.personalised_recommendation import item_similarity

    R = rng.integers(0, 4, (12, 7)) * (rng.random((12, 7)) < 0.4)
    S = item_similarity(R, lam=2)
    pairs = [(int(u), int(i), float(R[u, i])) for u, i in np.argwhere(R)]
    tables = (("preferences", "user_id INTEGER, item INTEGER, weight DOUBLE", tuple(pairs)),)
    common = (R != 0).T.astype(int) @ (R != 0)
    rows = [(int(i), int(j), float(S[i, j])) for i, j in np.argwhere(common) if i != j]
    return tables, rows


def two_more():
    rng = np.random.default_rng(0)
    profile, neighbours = constants("PROFILE", "NEIGHBOURS")
    return [(profile, *profile_task(rng)), (neighbours, *neighbours_task(rng))]


def test_queries_of_earlier_chapters_equal_their_references():
    for query, tables, rows in two_more():
        assert sql.same_rows(rows, sql.run(query, tables)["rows"])


def spark_python():
    """A Python with PySpark, or a sentence that says what is missing."""
    python = os.environ.get("COURSE_SPARK_PYTHON", sys.executable)
    if "COURSE_SPARK_PYTHON" not in os.environ and importlib.util.find_spec("pyspark") is None:
        pytest.skip(
            "PySpark is not installed: `pip install pyspark` into an environment of its own and "
            "name its Python in COURSE_SPARK_PYTHON."
        )
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: Spark needs openjdk-17-jre-headless.")
    return python


def test_spark_gives_the_same_rows():
    import sqlglot

    python = spark_python()
    asked = []
    for task in QUERIES.values():
        sheet = attempt.sheet(task, 0)
        # The example, and what the last property of the exercise's own draws.
        cases = {case.criterion: case for case in sheet.cases}
        last = task.properties[-2].name
        asked += [
            (task.reference(), case.args[0], sheet.expected(case).value["rows"], task.ordered)
            for case in (cases["examples"], cases["values"], cases[last])
        ]
    asked += [(query, tables, rows, False) for query, tables, rows in two_more()]
    tasks = [
        (sqlglot.transpile(query, read="duckdb", write="spark")[0], tables)
        for query, tables, _, _ in asked
    ]
    script = Path(__file__).with_name("spark_rows.py")
    done = subprocess.run(
        [python, "-W", "ignore", str(script)],
        input=json.dumps(tasks),
        # Each query runs once: to compile it well takes longer than to run it.
        env={**os.environ, "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    for (query, _, rows, ordered), got in zip(asked, found, strict=True):
        assert sql.same_rows(rows, [tuple(row) for row in got], ordered), textwrap.dedent(query)


def test_adapter_imports_what_it_needs():
    assert "from utils import sql" in inspect.getsource(QUERIES["top_products"].adapter)


# ---- in the sandbox -------------------------------------------------------------------------

HONEST = "def silent_households():\n    return " + repr(TASKS["silent_households"].reference())
SUBMISSIONS = {
    "honest": HONEST,
    "mysql": HONEST.replace("return '", "return '-- mysql"),
    "patches_the_runner": """
def silent_households():
    from utils import sql
    sql.MAX_ROWS, sql.SETTINGS["enable_external_access"] = 10**9, True
    return "SELECT * FROM read_text('/etc/passwd')"
""",
    "opens_a_database": """
def silent_households():
    import duckdb
    rows = duckdb.sql("SELECT content FROM read_text('SOLUTION')").fetchall()
    return f"SELECT 1 AS campaign_id, {len(rows)} AS household_id"
""",
    "finds_the_solution": """
def silent_households():
    from solutions.sql_round import silent_households as reference
    return reference()
""",
    "multiplies": """
def silent_households():
    return "SELECT a.* FROM range(99999) AS a, range(99999) AS b"
""",
    "never_ends": '''
def silent_households():
    return """WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r)
        SELECT COUNT(*) AS campaign_id, 1 AS household_id FROM r"""
''',
    "sly_text": """
class Sly(str):
    __class__ = str


def silent_households():
    return Sly("SELECT campaign_id, household_id FROM campaigns")
""",
}
EARNS = {"honest", "mysql"}


def book(source):
    cell = {"cell_type": "code", "id": "c0", "metadata": {}, "outputs": [], "source": source}
    kernel = {"kernelspec": {"name": "python3", "language": "python"}}
    return json.dumps(
        {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    ).encode()


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    from utils.grading import grade
    from utils.grading.sandbox import confinement
    from utils.grading.sandbox.client import Limits

    if not confinement.available().enough:
        pytest.skip(" ".join(confinement.available().missing()))
    folder = tmp_path_factory.mktemp("queries")
    (folder / "in").mkdir()
    solution = catalogue.chapter("sql_round").reference
    for name, source in SUBMISSIONS.items():
        source = source.replace("SOLUTION", str(solution))
        (folder / "in" / f"{name}.ipynb").write_bytes(book(source))
    limits = Limits(seconds=2.0, memory_mb=1024)
    found = grade.grade(
        folder / "in", folder / "out", jobs=2, limits=limits, chapters=["13"], progress=False
    )
    return {row.learner: row for row in found.rows if row.exercise == "silent_households"}


@pytest.mark.parametrize("name", SUBMISSIONS)
def test_queries_are_marked_in_the_sandbox(graded, name):
    row = graded[name]
    assert (row.points > 0) is (name in EARNS), row
    assert row.points in (0, row.max_points)
