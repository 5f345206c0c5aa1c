"""Deriving stubs and solved notebooks, on a small course of its own."""

import nbformat
import pytest

from utils import catalogue, cli
from utils.catalogue import Chapter
from utils.editions import build

REFERENCE = '''"""Doubling."""

import numpy as np

_FACTOR = 2


def _times(x):
    return _FACTOR * x


def double(x: float) -> float:
    """Twice ``x``.

    Examples
    --------
    >>> double(2)
    4
    """
    return _times(x)


def quadruple(x: float) -> float:
    """Four times ``x``."""
    return double(double(x))
'''


@pytest.fixture
def course(tmp_path, monkeypatch):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "solutions" / "doubling").mkdir(parents=True)
    (tmp_path / "solutions" / "doubling" / "reference.py").write_text(REFERENCE)
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    monkeypatch.setattr(catalogue, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(catalogue, "SOLUTIONS", tmp_path / "solutions")
    monkeypatch.setattr(catalogue, "chapters", lambda: (Chapter("04", "doubling"),))
    write(
        tmp_path,
        "# Doubling",
        "1 + 1",
        "def double(x):\n    pass",
        "def quadruple(x): ...",
        "double(3)",
    )
    return tmp_path


def write(course, prose, *sources):
    cells = [nbformat.v4.new_markdown_cell(prose)]
    cells += [nbformat.v4.new_code_cell(source) for source in sources]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"
    book = nbformat.v4.new_notebook(cells=cells)
    nbformat.write(book, course / "notebooks" / "04_doubling.ipynb")


def cells(course, edition):
    return nbformat.read(course / edition / "04_doubling.ipynb", as_version=4).cells


def edit(course, old, new):
    path = course / "notebooks" / "04_doubling.ipynb"
    path.write_text(path.read_text().replace(old, new))


def test_stub_is_signature_statement_and_a_line_that_raises(course):
    build.build()
    assert cells(course, "notebooks")[2].source == (
        'def double(x: float) -> float:\n    """Twice ``x``.\n\n    Examples\n    --------\n'
        '    >>> double(2)\n    4\n    """\n'
        '    raise NotImplementedError("double is yours to write")'
    )


def test_solved_edition_holds_what_the_reference_needs_once(course):
    build.build()
    solved = cells(course, "solutions")
    assert solved[2].source.startswith("_FACTOR = 2\n\n\ndef _times(x):")
    assert "_times(x):" not in solved[3].source
    assert solved[4].outputs[0].data["text/plain"] == "6"


def test_second_build_changes_nothing(course):
    assert len(build.build()) == 2
    assert build.build() == []
    assert build.stale() == []


def test_forced_build_is_byte_identical(course):
    build.build()
    path = course / "solutions" / "04_doubling.ipynb"
    before = path.read_bytes()
    assert build.build(force=True) == []
    assert path.read_bytes() == before


def test_prose_needs_no_execution(course, monkeypatch):
    build.build()
    edit(course, "# Doubling", "# Twice as much")
    monkeypatch.setattr(build, "execute", None)
    build.build()
    assert cells(course, "solutions")[0].source == "# Twice as much"
    assert cells(course, "solutions")[4].outputs


@pytest.mark.parametrize(
    ("old", "new", "stale"),
    [
        ("# Doubling", "# Halving", "solutions/04_doubling.ipynb: its prose"),
        ("double(3)", "double(4)", "solutions/04_doubling.ipynb: its code"),
        ("Twice ``x``", "Half of ``x``", "notebooks/04_doubling.ipynb: its stubs"),
    ],
)
def test_stale_files_are_named_with_the_command(course, capsys, old, new, stale):
    build.build()
    edit(course, old, new)
    assert cli.main(["build", "--check"]) == 1
    said = capsys.readouterr().err
    assert stale in said
    assert "course build" in said


def test_in_step_is_known_until_a_file_changes(course):
    build.build()
    assert not build.in_step()
    assert build.stale_after_changes() == []
    assert build.in_step()
    edit(course, "# Doubling", "# Halving")
    assert not build.in_step()
    assert build.stale_after_changes()
    assert not build.in_step()


def test_changed_reference_is_seen_in_both_editions(course):
    build.build()
    path = course / "solutions" / "doubling" / "reference.py"
    path.write_text(REFERENCE.replace("Twice ``x``.", "Two times ``x``."))
    assert [each.path.parent.name for each in build.stale()] == ["notebooks", "solutions"]


def test_function_without_a_cell_fails_the_build(course):
    write(course, "# Doubling", "def double(x): ...")
    with pytest.raises(
        build.BuildError, match=r"defines quadruple, .*04_doubling.ipynb has no cell"
    ):
        build.build()


def test_cell_without_a_function_fails_the_build(course):
    write(course, "# D", "def double(x): ...", "def quadruple(x): ...", "def trebel(x): ...")
    with pytest.raises(build.BuildError, match="a cell that defines trebel"):
        build.build()


def test_cell_that_fails_is_named_and_nothing_is_written(course, capsys):
    build.build()
    before = (course / "solutions" / "04_doubling.ipynb").read_bytes()
    edit(course, "double(3)", "double(nothing)")
    assert cli.main(["build"]) == 1
    assert "04_doubling.ipynb, solved, does not run: NameError" in capsys.readouterr().err
    assert (course / "solutions" / "04_doubling.ipynb").read_bytes() == before


def test_damaged_notebook_gets_one_sentence(course, capsys):
    (course / "notebooks" / "04_doubling.ipynb").write_text("{")
    assert cli.main(["build"]) == 1
    assert "is not a readable notebook" in capsys.readouterr().err


def test_unknown_chapter_gets_one_sentence(course, capsys):
    assert cli.main(["build", "77"]) == 1
    assert "no notebook with the number 77" in capsys.readouterr().err
