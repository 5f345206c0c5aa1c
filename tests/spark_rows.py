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


def main():
    from pyspark.sql import SparkSession

    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.timestampType", "TIMESTAMP_NTZ")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    results = []
    for query, tables in json.load(sys.stdin):
        for name, columns, rows in tables:
            pairs = [column.split() for column in columns.split(",")]
            texts = [[None if v is None else str(v) for v in row] for row in rows]
            header = ", ".join(f"{column} STRING" for column, _ in pairs)
            frame = spark.createDataFrame(texts, header)
            frame = frame.selectExpr(
                *(
                    f"CAST({column} AS {TYPES.get(kind, kind)}) AS {column}"
                    for column, kind in pairs
                )
            )
            frame.createOrReplaceTempView(name)
        results.append([[plain(v) for v in row] for row in spark.sql(query).collect()])
    spark.stop()
    print(json.dumps(results))


if __name__ == "__main__":
    main()
