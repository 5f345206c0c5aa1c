"""Mutants of a query: each differs from the reference's by one small change.

The changes are those of a person under time pressure: another comparison, an inner join, a DISTINCT
or a condition left out, a limit off by one, another kind of rank, an order that goes the other way.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlglot import exp, parse_one

COMPARISONS: dict[type, tuple[type, ...]] = {
    exp.LT: (exp.LTE, exp.GT),
    exp.LTE: (exp.LT, exp.GTE),
    exp.GT: (exp.GTE, exp.LT),
    exp.GTE: (exp.GT, exp.LTE),
    exp.EQ: (exp.NEQ,),
    exp.NEQ: (exp.EQ,),
    exp.And: (exp.Or,),
    exp.Or: (exp.And,),
    exp.Add: (exp.Sub,),
    exp.Sub: (exp.Add,),
    exp.Mul: (exp.Div,),
    exp.Div: (exp.Mul,),
}
FUNCTIONS: dict[type, tuple[type, ...]] = {
    exp.Min: (exp.Max,),
    exp.Max: (exp.Min,),
    exp.Sum: (exp.Avg, exp.Max),
    exp.Avg: (exp.Sum, exp.Max),
    exp.RowNumber: (exp.Rank,),
    exp.Rank: (exp.RowNumber, exp.DenseRank),
    exp.DenseRank: (exp.Rank,),
}


def mutants(query: str) -> Iterator[tuple[str, str, str]]:
    """Every mutant of a query: the part that it is in, what was changed, and the query."""
    tree = parse_one(query, read="duckdb")
    seen = {tree.sql(dialect="duckdb")}
    for at, node in enumerate(tree.walk()):
        for number in range(len(list(_changes(node)))):
            other = tree.copy()
            place = next(each for i, each in enumerate(other.walk()) if i == at)
            there = " ".join(_part(place).sql(dialect="duckdb").split())[:120]
            words, change = list(_changes(place))[number]
            change()
            text = other.sql(dialect="duckdb")
            if text not in seen:
                seen.add(text)
                yield there, words, text


# What a query is made of: below these stand its conditions, columns and terms of order.
CLAUSES = (exp.Select, exp.Where, exp.Having, exp.Qualify, exp.Join, exp.Group, exp.Order, exp.From)


def _part(node: Any) -> Any:
    """The condition, the column or the term that a node is part of; a clause is one itself."""
    while not isinstance(node, CLAUSES) and not isinstance(
        node.parent, (*CLAUSES, exp.Connector, exp.CTE, exp.Subquery, type(None))
    ):
        node = node.parent
    return node


def _changes(node: Any) -> Iterator[tuple[str, Any]]:
    """What may be changed at a node: in words, and a call that does it."""
    for kinds in (COMPARISONS, FUNCTIONS):
        for other in kinds.get(type(node), ()):
            words = f"{type(node).__name__} becomes {other.__name__}"
            yield words, lambda other=other: node.replace(other(**node.args))
    if isinstance(node, exp.Between):
        yield "without the lower end", lambda: node.replace(exp.LTE(**_ends(node, "high")))
        yield "without the upper end", lambda: node.replace(exp.GTE(**_ends(node, "low")))
        yield "the lower end is not in it", lambda: node.replace(_open(node, exp.GT, exp.LTE))
        yield "the upper end is not in it", lambda: node.replace(_open(node, exp.GTE, exp.LT))
    elif isinstance(node, exp.And):
        yield "the first condition left out", lambda: node.replace(node.right)
        yield "the second condition left out", lambda: node.replace(node.left)
    elif isinstance(node, exp.Literal) and (not node.is_string or _is_span(node)):
        for step in (1, -1):
            value = float(node.this) + step if "." in node.this else int(node.this) + step
            number = exp.Literal(this=str(value), is_string=node.is_string)
            yield f"{node.this} becomes {value}", lambda number=number: node.replace(number)
    elif isinstance(node, exp.Join) and node.side:
        yield f"without {node.side}", lambda: node.set("side", None)
    elif isinstance(node, exp.Ordered):
        turned = not node.args.get("desc")
        yield "the other way round", lambda: node.set("desc", turned)
    elif isinstance(node, (exp.Where, exp.Having, exp.Qualify)):
        yield "left out", node.pop
    elif isinstance(node, exp.Distinct):
        yield "without DISTINCT", lambda: _without_distinct(node)
    elif isinstance(node, exp.Coalesce):
        yield "without COALESCE", lambda: node.replace(node.this)
    elif isinstance(node, exp.Not):
        yield "without NOT", lambda: node.replace(node.this)
    elif isinstance(node, exp.Window) and node.args.get("partition_by"):
        yield "without PARTITION BY", lambda: node.set("partition_by", None)
    elif isinstance(node, exp.Cast):
        yield "without CAST", lambda: node.replace(node.this)
    elif isinstance(node, exp.Count) and not isinstance(node.this, (exp.Star, exp.Distinct)):
        yield "COUNT of all rows", lambda: node.set("this", exp.Star())


def _is_span(node: exp.Literal) -> bool:
    """Whether a text is the number of an interval, as in INTERVAL '7' DAY."""
    return isinstance(node.parent, exp.Interval) and node.this.isdecimal()


def _ends(node: exp.Between, end: str) -> dict[str, Any]:
    return {"this": node.this, "expression": node.args[end]}


def _open(node: exp.Between, low: type, high: type) -> exp.Expression:
    ends = low(**_ends(node, "low")), high(**_ends(node.copy(), "high"))
    return exp.Paren(this=exp.And(this=ends[0], expression=ends[1]))


def _without_distinct(node: exp.Distinct) -> None:
    if isinstance(node.parent, exp.Select):
        node.parent.set("distinct", None)
    else:
        node.replace(node.expressions[0])
