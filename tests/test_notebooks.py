"""Both editions of every chapter, as they are stored."""

import ast
import inspect
import itertools
import re

import nbformat
import pytest
import yaml
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

from utils import catalogue
from utils.editions import build
from utils.editions.source import exercise_name
from utils.interview import bank

LEARNER = [chapter.notebook for chapter in catalogue.chapters()]
SOLVED = [chapter.solved for chapter in catalogue.chapters()]


def read(path):
    return nbformat.read(path, as_version=4)


def code(path):
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def name(path):
    return path.stem


def test_the_reference_that_the_start_page_shows_is_whole():
    (name,) = re.findall(r"`(\w+)\?\?`", catalogue.chapters()[0].notebook.read_text("utf-8"))
    names = ast.walk(
        ast.parse(inspect.getsource(catalogue.load(catalogue.topic_of(name))[name].reference))
    )
    assert not [n.id for n in names if isinstance(n, ast.Name) and n.id.startswith("_")]


def test_nothing_is_stale():
    assert [str(each) for each in build.stale()] == []


def test_every_topic_has_its_chapter():
    chapters = [c for c in catalogue.chapters() if any(map(exercise_name, code(c.notebook)))]
    assert [chapter.topic for chapter in chapters] == list(catalogue.topics())


@pytest.mark.parametrize("path", LEARNER, ids=name)
def test_learner_edition_has_no_outputs(path):
    assert all(not cell.outputs and cell.execution_count is None for cell in code(path))


@pytest.mark.parametrize("path", SOLVED, ids=name)
def test_solved_edition_is_executed_in_order(path):
    assert [cell.execution_count for cell in code(path)] == list(range(1, len(code(path)) + 1))


@pytest.mark.parametrize("path", SOLVED, ids=name)
def test_solved_edition_has_no_error_and_no_warning(path):
    outputs = [output for cell in code(path) for output in cell.outputs]
    assert outputs
    assert not [o for o in outputs if o.output_type == "error" or o.get("name") == "stderr"]


@pytest.mark.parametrize(("path", "solved"), list(zip(LEARNER, SOLVED, strict=True)), ids=name)
def test_every_check_in_the_solved_edition_passes(path, solved):
    cards = [
        output.data["text/plain"]
        for cell in code(solved)
        if cell.source.startswith("check(")
        for output in cell.outputs
    ]
    exercises = [cell for cell in code(path) if exercise_name(cell)]
    assert len(cards) == len(exercises)
    assert all(card.startswith("PASSED") for card in cards)


@pytest.mark.parametrize("path", [*LEARNER, *SOLVED], ids=name)
def test_no_line_ends_with_a_semicolon(path):
    assert not [cell.source for cell in code(path) if cell.source.rstrip().endswith(";")]


@pytest.mark.parametrize("path", LEARNER, ids=name)
def test_cells_are_short(path):
    long = [c.source for c in code(path) if not exercise_name(c) and c.source.count("\n") > 24]
    assert long == []


@pytest.mark.parametrize("chapter", catalogue.chapters(), ids=lambda c: c.stem)
def test_exercise_is_announced_as_it_is_declared_and_then_checked(chapter):
    cells = read(chapter.notebook).cells
    announced = r"^(junior|mid|senior) · (\d+) min · (\d+) points?$"
    prose = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    found = re.findall(announced, prose, re.MULTILINE)
    declared = []
    for position, cell in enumerate(cells):
        name = exercise_name(cell)
        if name is None:
            continue
        task = catalogue.load(chapter.topic)[name]
        declared.append((task.level, str(task.minutes), str(task.points)))
        following = next(c for c in cells[position + 1 :] if c.cell_type == "code")
        assert following.source == f"check({name})"
    assert found == declared


@pytest.mark.parametrize("path", LEARNER, ids=name)
def test_every_exercise_has_two_hints_the_first_a_question(path):
    prose = "\n".join(c.source for c in read(path).cells if c.cell_type == "markdown")
    questions = re.findall(r"<summary>Hint: a question</summary>\s*(.*?)</details>", prose, re.S)
    starts = re.findall(r"<summary>Hint: a start</summary>", prose)
    n_exercises = sum(1 for cell in code(path) if exercise_name(cell))
    assert len(questions) == len(starts) == n_exercises
    assert all("?" in question for question in questions)


@pytest.mark.parametrize("path", LEARNER, ids=name)
def test_headings_come_in_order(path):
    levels = [
        len(line.split()[0])
        for cell in read(path).cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if re.match(r"#+ ", line)
    ]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def has_stubs(path):
    return any(map(exercise_name, code(path)))


@pytest.mark.parametrize("path", [p for p in LEARNER if has_stubs(p)], ids=name)
def test_run_all_stops_at_the_first_stub_with_one_sentence(path):
    book = read(path)
    with pytest.raises(CellExecutionError):
        NotebookClient(book, timeout=120, extra_arguments=["--log-level=ERROR"]).execute()
    (failed,) = [
        (cell, output)
        for cell in book.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    first = next(filter(None, map(exercise_name, book.cells)))
    assert failed[0].source == f"check({first})"
    (sentence,) = failed[1].traceback
    assert sentence.startswith(f"{first} is not written yet")


@pytest.mark.parametrize("path", LEARNER, ids=name)
def test_stub_is_the_signature_the_statement_and_one_line(path):
    for cell in code(path):
        if exercise_name(cell):
            (function,) = ast.parse(cell.source).body
            docstring, last = function.body
            assert isinstance(docstring, ast.Expr)
            assert isinstance(last, ast.Raise)


SURPRISES = yaml.safe_load((catalogue.ROOT / "docs" / "surprises.yaml").read_text("utf-8"))


def test_each_question_has_its_surprise():
    asked = [q.topic for q in bank.questions() if q.main and q.topic not in bank.SECTIONS]
    assert list(SURPRISES) == asked


@pytest.mark.parametrize("topic", SURPRISES)
def test_a_surprise_is_held_by_assertions(topic):
    cells = nbformat.read(catalogue.chapter(topic).solved, 4).cells
    asserted = {
        line for cell in cells if cell.cell_type == "code" for line in cell.source.split("\n")
    }
    surprise = SURPRISES[topic]
    assert surprise["held"]
    assert [each for each in surprise["held"] if each not in asserted] == []
    assert all(each.startswith("assert ") for each in surprise["held"])
    assert len(surprise["en"].split()) <= 35
    assert re.search("[\u4e00-\u9fff]", surprise["zh"])
