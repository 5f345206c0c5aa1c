"""The edition to hand out: whole, runnable, and silent about the open chapter."""

import ast
import base64
import errno
import importlib.util
import json
import os
import re
import subprocess
import sys
import types
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from utils import catalogue, cli, translation
from utils.cli import main
from utils.editions import release, visible
from utils.editions.source import Reference, exercise_name
from utils.execution import outcomes, plain
from utils.exercises import from_examples, practice
from utils.exercises.proof import NOTHING, mark_of_ours
from utils.grading.assignment import Assignment

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
    cut = functions((edition / "solutions" / TOPIC / "visible.py").read_text("utf-8"))
    assert set(cut) == {"_problem_with_ratings", "mean_ndcg", "problem_with_products"}
    for name in ("reference", "misconceptions", "exercises"):
        source = (catalogue.ROOT / "solutions" / TOPIC / f"{name}.py").read_text("utf-8")
        for function, body in functions(source).items():
            # "return True" reveals nothing, and stands in other places.
            body = body.partition("args=")[2]
            revealed = len(body) >= 200 and body in there and function not in cut
            assert not revealed, f"{name}.py: {function}"
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
                yield from (part for example in entry.get("examples", ()) for part in example)


def test_nothing_reveals_hidden_inputs(edition):
    """The values that come along are those of the examples in the statements, and no others."""
    shown = list(strings(edition))
    for task in catalogue.load(TOPIC).values():
        for args in task.examples:
            assert plain.to_bytes(args).decode("latin-1") in shown
    examples = sum(len(task.examples) for task in catalogue.load(TOPIC).values())
    assert 0 < len(shown) <= 2 * examples
    folder = edition / "solutions" / TOPIC
    assert {path.name for path in folder.iterdir()} == {
        "__init__.py",
        "examples.json",
        "visible.py",
        "recommend_new_items.holdout",
    }
    # The hold-out to practise on is not one that marking draws: its seeds are secret.
    arguments, _ = practice.read_holdout(folder / "recommend_new_items.holdout")
    task = catalogue.load(TOPIC)["recommend_new_items"]
    assert plain.to_bytes(arguments) != plain.to_bytes(task.inputs(7)[0])


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


def in_the_release(monkeypatch, folder, topic):
    """The exercises of an open topic, with the code that came along in place of ours."""
    name = f"solutions.{topic}.visible"
    module = types.ModuleType(name)
    path = folder / "visible.py"
    exec(path.read_text("utf-8") if path.exists() else "", vars(module))
    monkeypatch.setitem(sys.modules, name, module)
    return {task.name: task for task in from_examples.load(folder / "examples.json")}


@pytest.fixture(scope="module", params=catalogue.topics())
def opened(request, tmp_path_factory):
    """A topic that is open in an edition of its own, and its folder there."""
    chapter = catalogue.chapter(request.param)
    folder = release.release(chapter.number, tmp_path_factory.mktemp("open") / "edition")
    return request.param, folder / "solutions" / request.param


def test_every_chapter_can_be_released(opened):
    _, folder = opened
    assert (folder / "examples.json").exists() and not (folder / "reference.py").exists()


def test_every_exercise_has_a_visible_check(opened, monkeypatch):
    """The reference passes it, and an answer that does nothing does not."""
    topic, folder = opened
    released = in_the_release(monkeypatch, folder, topic)
    assert list(released) == list(catalogue.load(topic))
    for name, task in catalogue.load(topic).items():
        mark = released[name].mark(task.reference)
        assert mark.passed and mark.visible_only and mark.criteria, (name, mark.message)
        assert "All visible checks passed" in mark.message
        for what, nothing in NOTHING.items():
            assert not mark_of_ours(released[name], nothing, 0).passed, (name, what)


def test_code_that_comes_along_holds_no_solution(opened):
    topic, folder = opened
    path = folder / "visible.py"
    text = path.read_text("utf-8") if path.exists() else ""
    assert "solutions" not in text
    there = bodies(functions(text).values())
    for module in ("reference", "misconceptions"):
        source = (catalogue.ROOT / "solutions" / topic / f"{module}.py").read_text("utf-8")
        for function, body in functions(source).items():
            assert body.partition("args=")[2] not in there, function
    names = {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)}
    tasks = catalogue.load(topic).values()
    drawn = {task.task.__name__ for task in tasks if hasattr(task, "task")}
    assert not names & drawn


def test_what_needs_a_solution_is_not_cut_out():
    from solutions.demand_forecasting import exercises

    with pytest.raises(visible.NotSeparable, match="needs reference"):
        visible.cut_out([exercises._mean_mase])


def test_a_test_is_tried_on_the_learners_own_function():
    task = practice.PracticeTest(
        reference=lambda implementation: True,
        points=1,
        minutes=1,
        level="mid",
        under_test="double",
    )
    names = {}
    exec("def double(x): return 2 * x\ndef kill(f): return f(3) == 6", names)
    assert task.mark(names["kill"]).passed
    exec("def kill(f): return False", names)
    refused = task.mark(names["kill"])
    assert not refused.passed and "rejects your own double" in refused.message
    exec("def kill(f): return f(3) != 7", names)
    assert "accepts an implementation" in task.mark(names["kill"]).message
    exec("def double(x): raise NotImplementedError\ndef kill(f): return f(3) == 6", names)
    assert task.mark(names["kill"]).passed
    not_all = "def double(x):\n    if abs(x) < 9: return x + x\n    raise NotImplementedError"
    exec(f"{not_all}\ndef kill(f): return f(3) == 7", names)
    assert "rejects your own double" in task.mark(names["kill"]).message
    skipped = task.judge([outcomes.NOT_RUN] * len(task.inputs()))
    assert not skipped.points
    assert skipped.message == "Not run, because earlier calls did not finish."


# ---- an assignment ----


ASSIGNMENT = """
title = "Weeks 2 and 3"
time_zone = "Asia/Shanghai"
due = 2026-03-09T23:59:00
ask = ["02 split", "03 neighbours"]
extra_credit = ["mmr_rerank"]
[late]
percent_a_day = 10
"""


def assigned(tmp_path, text=ASSIGNMENT):
    (tmp_path / "week.toml").write_text(text)
    return Assignment.read(tmp_path / "week.toml")


def test_an_assignment_opens_what_it_asks(tmp_path):
    folder = release.release(assigned(tmp_path), tmp_path / "edition")
    for topic in ("recommender_design", TOPIC):
        assert not (folder / "solutions" / topic / "reference.py").exists()
        stem = catalogue.chapter(topic).stem
        book = nbformat.read(folder / "notebooks" / f"{stem}.ipynb", as_version=4)
        said = book.cells[1]
        assert "Weeks 2 and 3" in said.source and "2026-03-09 23:59 (Asia/Shanghai)" in said.source
        assert "not marked" in said.source and said.metadata["editable"] is False
    assert "mmr_rerank` | 3 (extra credit)" in (folder / "README.md").read_text("utf-8")
    assert (folder / "solutions" / "user_value" / "reference.py").exists()


def test_two_chapters_of_which_one_needs_the_other_are_not_both_open(tmp_path):
    text = 'ask = ["01 profile", "10 segments"]'
    with pytest.raises(release.CannotRelease, match="Chapter 10 imports the solution of ch"):
        release.release(assigned(tmp_path, text), tmp_path / "edition")
    assert not (tmp_path / "edition").exists()


def test_a_chapter_between_that_needs_one_is_not_handed_out_broken(tmp_path):
    """Chapter 06 comes along, and imports the solution of chapter 04, which is open."""
    text = 'ask = ["04 hybrid", "08 readouts"]'
    with pytest.raises(release.CannotRelease, match=r"06 imports the solution of chapter 04.*own"):
        release.release(assigned(tmp_path, text), tmp_path / "edition")


def test_an_edition_in_a_language_that_is_not_there(tmp_path, monkeypatch):
    monkeypatch.setitem(translation.FOLDERS, "xx", "")
    with pytest.raises(release.CannotRelease, match='language = "en"'):
        release.release(assigned(tmp_path, 'ask = ["00"]\nlanguage = "xx"'), tmp_path / "edition")


def test_its_command_takes_a_chapter_or_an_assignment(tmp_path, capsys):
    out = ["--out", str(tmp_path / "edition")]
    assert cli.main(["release", *out]) == 1
    assert "Say what to release" in capsys.readouterr().err
    assert cli.main(["release", "03", "--assignment", "x.toml", *out]) == 1
    assert "not both" in capsys.readouterr().err


KERNEL = """
import sys
sys.meta_path = [f for f in sys.meta_path if 'ditable' not in repr(f)]
sys.path.insert(0, {edition!r})
"""


def test_a_notebook_of_it_runs_where_nothing_is_installed(edition, tmp_path):
    """As in Colab, and in any kernel of VS Code or a hub: the folder on the path is enough."""
    path = edition / "notebooks" / f"{catalogue.chapter(TOPIC).stem}.ipynb"
    book = nbformat.read(path, as_version=4)
    reference = Reference(catalogue.chapter(TOPIC).reference)
    right = reference.solution("cosine_similarity_matrix", set())
    code = [
        KERNEL.format(edition=str(edition)),
        next(cell.source for cell in book.cells if cell.cell_type == "code"),
        right,
        "check(cosine_similarity_matrix)",
        "import utils; list(utils.__path__)",
    ]
    tried = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(each) for each in code])
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    NotebookClient(tried, resources={"metadata": {"path": str(tmp_path)}}).execute(env=environment)
    shown, where = (cell.outputs[-1]["data"] for cell in tried.cells[-2:])
    assert "All visible checks passed" in shown["text/html"]
    assert where["text/plain"] == repr([str(edition / "utils")])


def test_what_cannot_be_released_is_one_sentence(tmp_path, capsys):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").touch()
    assert main(["release", "03", "--out", str(tmp_path / "taken")]) == 1
    assert "holds something" in capsys.readouterr().err
    assert main(["release", "77", "--out", str(tmp_path / "new")]) == 1
    assert "Chapter 77 has no exercises" in capsys.readouterr().err
    assert main(["release", "03", "--out", str(tmp_path / "taken" / "file" / "new")]) == 1
    assert "cannot be written (File exists), and nothing of it is there" in capsys.readouterr().err
    assert [path.name for path in Path(tmp_path).iterdir()] == ["taken"]


def test_a_release_that_a_full_disk_stops_leaves_nothing(tmp_path, capsys, monkeypatch):
    def full(*args, **more):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(release.shutil, "copytree", full)
    assert main(["release", "03", "--out", str(tmp_path / "new")]) == 1
    assert "cannot be written (No space left on device)" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_no_encoded_solution(edition):
    """Not in another dress either."""
    source = (catalogue.ROOT / "solutions" / TOPIC / "reference.py").read_bytes()
    inner = base64.b64encode(source)[200:300].decode()
    assert all(inner not in text for text in texts(edition).values())


def test_a_chinese_edition_speaks_chinese_and_names_no_mistake(tmp_path):
    text = f'title = "第一周"\ndue = 2026-03-08T23:59:00\nlanguage = "zh"\nask = ["{TOPIC}"]\n'
    folder = release.release(assigned(tmp_path, text.replace(TOPIC, "03")), tmp_path / "edition")
    book = nbformat.read(folder / "notebooks" / "03_collaborative_filtering.ipynb", as_version=4)
    assert "要做的题" in book.cells[1].source and "迟交" in book.cells[1].source
    assert "协同过滤" in book.cells[0].source
    names = {path.stem for path in folder.rglob("*.po")}
    assert "interface" in names and "user_value" in names and TOPIC not in names
    code = (
        "from utils.check import check\n"
        "def cosine_similarity_matrix(R):\n    return R @ R.T\n"
        "print(check(cosine_similarity_matrix))\n"
        "def break_recommender(defect):\n"
        "    return 1 if 'zero' in defect else ([[0]], 0, 1, 0)\n"
        "print(check(break_recommender))\n"
    )
    environment = {
        k: v for k, v in os.environ.items() if k not in ("COURSE_LANGUAGE", "PYTHONPATH")
    }
    done = subprocess.run(
        [sys.executable, "-c", KERNEL.format(edition=str(folder)) + code],
        cwd=folder,
        env={**environment, "COURSE_PROGRESS": str(tmp_path / "progress.jsonl")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "还没通过" in done.stdout and "not yet" not in done.stdout
    # Why an input is not allowed, and the mistakes that the statement names itself.
    assert "给“缺失当成零”的输入不合法。规定是：返回四个值" in done.stdout
    stored = (folder / "locale" / "zh_CN" / "LC_MESSAGES" / "interface.po").read_text("utf-8")
    named = re.findall(r'^msgctxt "name"\nmsgid "(.*)"', stored, re.M)
    defects = catalogue.load(TOPIC)["break_recommender"].defects
    assert sorted(named) == sorted(name.replace("_", " ") for name in defects)
    assert 'msgctxt "misconception' not in stored
    readme = (folder / "README.md").read_text("utf-8")
    assert readme.startswith("# 第一周\n") and "提交你的 notebook：`work/03_" in readme
    # Code and names of files stay; a sentence would be longer.
    words = re.sub(r"```.*?```|`[^`]*`", "", readme, flags=re.S)
    assert re.findall(r"[A-Za-z]+(?: [a-z]+){2}", words) == []


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("wanted", ["en", "zh", None])
def test_jupyterlab_opens_a_page_that_an_edition_has(tmp_path, monkeypatch, language, wanted):
    text = f'language = "{language}"\nask = ["01 profile"]\n'
    folder = release.release(assigned(tmp_path, text), tmp_path / "edition")
    spec = importlib.util.spec_from_file_location("start", folder / "start.py")
    start = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(start)
    commands = []
    monkeypatch.setattr(start, "_run", lambda command: commands.append(command) or 0)
    monkeypatch.setattr(start.locale, "setlocale", lambda *_: None)
    monkeypatch.setattr(start.locale, "getlocale", lambda: ("en_US", "UTF-8"))
    start.lab([] if wanted is None else ["--lang", wanted])
    (page,) = re.findall(r"default_url=/lab/tree/(\S+)", " ".join(commands[-1]))
    assert (folder / page).exists()
    assert (folder / "work" / ".language").read_text().strip() == (wanted or language)
