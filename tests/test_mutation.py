"""Mutants of references: each says where it changes what; the lists of equivalent ones hold."""

import pytest

from utils import catalogue
from utils.exercises import BeatIt, WriteIt, mutation, query_mutation
from utils.exercises.query import WriteTheQuery

TWO_LINES = """
def area(a, b):
    half = a * b / 2
    whole = a * b
    return half if a < b else whole - half
"""


def mutants_of(topic):
    """Every mutant that ``make mutants`` tries in a topic."""
    for name, task in catalogue.load(topic).items():
        if isinstance(task, WriteTheQuery):
            yield from mutation.of_query(task)
        elif isinstance(task, WriteIt) and not isinstance(task, BeatIt):
            yield from mutation.mutants(topic, name)


def test_a_mutant_is_known_by_the_line_that_it_changes():
    found = list(mutation.of_source(TWO_LINES, "area"))
    products = [each.line for each in found if each.change == "Mult becomes Div"]
    assert products == ["half = a * b / 2", "whole = a * b"]
    comparison = next(each for each in found if each.change == "Lt becomes Gt")
    assert comparison.line == "return half if a < b else whole - half"


def test_equal_changes_in_equal_lines_are_told_apart():
    text = "def twice(a):\n    return a + a + a\n"
    changes = [m.change for m in mutation.of_source(text, "twice") if "Add" in m.change]
    assert changes == ["Add becomes Sub", "Add becomes Sub (2)"]


def test_a_mutant_changes_one_place_and_leaves_the_module_as_it_was():
    made = {m.identity: m.tree for m in mutation.of_source(TWO_LINES, "area")}
    results = {}
    for identity, tree in made.items():
        names = {}
        exec(compile(tree, "mutant", "exec"), names)
        results[identity] = names["area"]
    divided = "area: whole = a * b | Mult becomes Div"
    assert results[divided](4, 2) == 4 / 2 - 4 * 2 / 2
    assert results[divided](2, 4) == 2 * 4 / 2


def test_a_mutant_of_a_query_is_known_by_the_condition_that_it_changes():
    query = "SELECT a FROM t WHERE a > 1 AND day <= b + INTERVAL 7 DAY LIMIT 3"
    found = {f"{part} | {words}" for part, words, _ in query_mutation.mutants(query)}
    assert "a > 1 | 1 becomes 2" in found
    assert "day <= b + INTERVAL '7' DAY | 7 becomes 8" in found
    assert "LIMIT 3 | 3 becomes 4" in found


@pytest.mark.parametrize("topic", catalogue.topics())
def test_each_explained_mutant_is_one_that_is_tried(topic):
    reasons = mutation.reasons(topic)
    tried = [each.identity for each in mutants_of(topic)] if reasons else []
    assert sorted(set(reasons) - set(tried)) == []
    assert all(reasons.values())
