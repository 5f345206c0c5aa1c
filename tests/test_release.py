"""The edition to hand out: whole, runnable, and silent about the open chapter."""

import ast
import base64
import json
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest

from utils import catalogue
from utils.cli import main
from utils.editions import release
from utils.editions.source import Reference, exercise_name
from utils.execution import plain
from utils.exercises import from_examples

TOPIC = "collaborative_filtering"


@pytest.fixture(scope="module")
def edition(tmp_path_factory):
    return release.release("03", tmp_path_factory.mktemp("release") / "edition")


def texts(folder):
    return {
        path: path.read_text("utf-8")
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".ipynb", ".json", ".md", ".toml", ".csv"}
    }


def normal_form(code):
    """A definition without comments, docstrings and layout."""
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            if ast.get_docstring(node) is not None:
                node.body = node.body[1:] or [ast.Pass()]
    return ast.dump(tree)


def functions(source):
    return {
        node.name: normal_form(ast.unparse(node))
        for node in ast.parse(source).body
        if isinstance(node, ast.FunctionDef)
    }


def released_functions(edition):
    found = set()
    for path, text in texts(edition).items():
        if path.suffix == ".py":
            found |= set(functions(text).values())
        elif path.suffix == ".ipynb":
            for cell in nbformat.reads(text, as_version=4).cells:
                if cell.cell_type == "code":
                    found |= set(functions(cell.source).values())
    return found


def bodies(source):
    """Definitions without their names: a solution under another name is one too."""
    return {text.partition("args=")[2] for text in source}


def test_notebooks_up_to_the_chapter(edition):
    names = [path.name for path in sorted((edition / "notebooks").glob("*.ipynb"))]
    assert names == [c.notebook.name for c in catalogue.chapters() if c.number <= "03"]
    solved = [path.name for path in (edition / "solutions").glob("*.ipynb")]
    assert solved and not any(TOPIC in name for name in solved)


def test_nothing_reveals_references_or_misconceptions(edition):
    there = bodies(released_functions(edition))
    for name in ("reference", "misconceptions", "exercises"):
        source = (catalogue.ROOT / "solutions" / TOPIC / f"{name}.py").read_text("utf-8")
        for function, body in functions(source).items():
            # "return True" reveals nothing, and stands in other places.
            body = body.partition("args=")[2]
            assert len(body) < 200 or body not in there, f"{name}.py: {function}"
    together = "\n".join(texts(edition).values())
    others = [t for t in catalogue.topics() if t != TOPIC]
    elsewhere = {
        w.__doc__ for t in others for e in catalogue.load(t).values() for w in e.misconceptions
    }
    for task in catalogue.load(TOPIC).values():
        for wrong in task.misconceptions:
            first = (wrong.__doc__ or "").strip().splitlines()[0]
            # "Your test accepts every implementation" is said in an earlier chapter too.
            assert any(first in doc for doc in elsewhere) or first not in together, wrong.__name__
        for prop in getattr(task, "properties", ()):
            assert prop.reason not in together, prop.name


def strings(edition):
    for path, text in texts(edition).items():
        if path.name == "examples.json":
            for entry in json.loads(text):
                yield from (part for example in entry["examples"] for part in example)


def test_nothing_reveals_hidden_inputs(edition):
    """The values that come along are those of the examples in the statements, and no others."""
    shown = list(strings(edition))
    for task in catalogue.load(TOPIC).values():
        for args in task.examples:
            assert plain.to_bytes(args).decode("latin-1") in shown
    examples = sum(len(task.examples) for task in catalogue.load(TOPIC).values())
    assert 0 < len(shown) <= 2 * examples
    sources = [path for path in texts(edition) if TOPIC in str(path.relative_to(edition))]
    assert {path.name for path in sources} == {
        "__init__.py",
        "examples.json",
        f"{catalogue.chapter(TOPIC).stem}.ipynb",
    }


def test_text_and_checks_are_locked_and_stubs_are_not(edition):
    path = edition / "notebooks" / f"{catalogue.chapter(TOPIC).stem}.ipynb"
    book = nbformat.read(path, as_version=4)
    names = set(catalogue.load(TOPIC))
    for cell in book.cells:
        is_check = cell.source.startswith("check(")
        if cell.cell_type == "markdown" or is_check:
            assert cell.metadata["editable"] is False and cell.metadata["deletable"] is False
        elif exercise_name(cell) in names:
            assert cell.metadata.get("editable", True) and cell.metadata["deletable"] is False
            assert "NotImplementedError" in cell.source
        assert not cell.get("outputs")


PROGRAM = """
import json, sys
sys.path.insert(0, {edition!r})
import socket
socket.socket = None
import utils
assert list(utils.__path__) == [{utils!r}], utils.__path__
book = json.load(open({notebook!r}))
cells = ["".join(c["source"]) for c in book["cells"] if c["cell_type"] == "code"]
namespace = {{}}
exec(cells[0], namespace)
name = {name!r}
stub = next(c for c in cells if c.startswith("def " + name + "("))
exec(stub, namespace)
check = namespace["check"]
try:
    check(namespace[name])
except NotImplementedError as error:
    print(error)
exec({wrong!r}, namespace)
print(check(namespace[name]))
exec({right!r}, namespace)
print(check(namespace[name]))
from utils import progress
print(progress.overview())
from utils.cli import main
main(["--help"])
"""
# An editable install in this environment would show through where a release has no module.
PROGRAM = PROGRAM.replace(
    "import socket",
    "sys.meta_path = [f for f in sys.meta_path if 'ditable' not in repr(f)]\nimport socket",
)


def test_it_runs_by_itself_and_checks_what_is_visible(edition, tmp_path):
    reference = Reference(catalogue.chapter(TOPIC).reference)
    name = "top_k_neighbours"
    program = PROGRAM.format(
        edition=str(edition),
        utils=str(edition / "utils"),
        notebook=str(edition / "notebooks" / f"{catalogue.chapter(TOPIC).stem}.ipynb"),
        name=name,
        right=reference.solution(name, set()),
        wrong=f"def {name}(*args): return [0]",
    )
    done = subprocess.run(
        [sys.executable, "-I", "-c", program],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout
    assert "not written yet" in said, done.stderr
    assert "expected" in said and "All visible checks passed." in said
    assert "points" not in said.partition("All visible checks passed.")[0]
    assert "start_here" in said and "progress" in said and "grade" not in said


def test_a_right_answer_passes_every_visible_check(edition):
    path = edition / "solutions" / TOPIC / "examples.json"
    released = {task.name: task for task in from_examples.load(path)}
    assert list(released) == list(catalogue.load(TOPIC))
    for name, task in catalogue.load(TOPIC).items():
        mark = released[name].mark(task.reference)
        assert mark.passed and mark.visible_only
        if released[name].shown:
            assert "All visible checks passed." in mark.message
            wrong = released[name].mark(lambda *args: np.nan)
            assert not wrong.passed and wrong.examples
        else:
            assert "no visible check" in mark.message


def test_every_chapter_can_be_released(tmp_path):
    for topic in catalogue.topics():
        number = catalogue.chapter(topic).number
        folder = release.release(number, tmp_path / number)
        assert not (folder / "solutions" / topic / "reference.py").exists()


def test_what_cannot_be_released_is_one_sentence(tmp_path, capsys):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    assert main(["release", "03", "--out", str(tmp_path / "taken")]) == 1
    assert "holds something" in capsys.readouterr().err
    assert main(["release", "77", "--out", str(tmp_path / "new")]) == 1
    assert "Chapter 77 has no exercises" in capsys.readouterr().err
    assert [path.name for path in Path(tmp_path).iterdir()] == ["taken"]


def test_no_encoded_solution(edition):
    """Not in another dress either."""
    source = (catalogue.ROOT / "solutions" / TOPIC / "reference.py").read_bytes()
    inner = base64.b64encode(source)[200:300].decode()
    assert all(inner not in text for text in texts(edition).values())
