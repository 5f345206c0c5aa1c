"""Run queries on Spark: tasks as JSON on standard input, rows as JSON on the last line of output.

A process of its own, since PySpark may live in another environment than the course.
"""

import datetime
import decimal
import json
import sys

TYPES = {"INTEGER": "INT", "VARCHAR": "STRING", "TIMESTAMP": "TIMESTAMP_NTZ"}


def plain(value):
    if isinstance(value, datetime.datetime):
        return str(value).removesuffix(" 00:00:00")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return float(value) if isinstance(value, decimal.Decimal) else value


def quoted(value):
    return "CAST(NULL AS STRING)" if value is None else f"'{value}'"


def main():
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.adaptive.enabled", "false")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.timestampType", "TIMESTAMP_NTZ")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    results = []
    for query, tables in json.load(sys.stdin):
        for name, columns, rows in tables:
            pairs = [column.split() for column in columns.split(",")]
            casts = ", ".join(f"CAST({n} AS {TYPES.get(kind, kind)}) AS {n}" for n, kind in pairs)
            names = ", ".join(n for n, _ in pairs)
            # As text: rows from Python would start a process of Python for each scan.
            texts = ", ".join(
                f"({', '.join(map(quoted, row))})" for row in rows or [[None] * len(pairs)]
            )
            chosen = f"SELECT {casts} FROM VALUES {texts} AS t({names})"
            view = chosen if rows else f"{chosen} WHERE FALSE"
            spark.sql(f"CREATE OR REPLACE TEMP VIEW {name} AS {view}")
        results.append([[plain(v) for v in row] for row in spark.sql(query).collect()])
    spark.stop()
    print(json.dumps(results))


if __name__ == "__main__":
    main()
