"""What a stranger finds: one list of pins, nothing of anybody's machine, nothing that collides."""

import ast
import itertools
import json
import re
import subprocess
import sys
import tomllib
from importlib import metadata

import pytest

import utils
from utils import catalogue
from utils.catalogue import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCK = (ROOT / "requirements.lock").read_text("utf-8")


def tracked():
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def name_of(requirement):
    return re.split(r"[<>=! ;\[]", requirement)[0].lower()


def test_utils_is_ours():
    assert list(utils.__path__) == [str(ROOT / "utils")]


def test_environment_has_the_pins_of_the_project():
    text = (ROOT / "environment.yml").read_text("utf-8")
    pip = re.findall(r"^ {6}- (.+)$", text, re.MULTILINE)
    assert pip == [*PROJECT["project"]["dependencies"], "-e ."]
    conda = re.findall(r"^ {2}- (?!pip:)(\S+)$", text.split("dependencies:")[1], re.MULTILINE)
    assert [re.split("=", name)[0] for name in conda] == ["python", "pip"]


def test_every_dependency_is_locked_with_a_hash():
    extras = PROJECT["project"]["optional-dependencies"]
    # Spark lives in an environment of its own, which nothing here installs.
    locked = [extras[name] for name in extras if name != "spark"]
    wanted = [*PROJECT["project"]["dependencies"], *itertools.chain(*locked)]
    for requirement in wanted:
        if name_of(requirement) == PROJECT["project"]["name"]:
            continue
        entry = re.search(
            rf"^{name_of(requirement)}==.*\n    --hash=sha256:", LOCK, re.MULTILINE | re.I
        )
        assert entry, f"{requirement} is not locked: run `make lock`"


def test_what_is_installed_is_what_is_locked():
    for name in ("numpy", "pandas", "scikit-learn", "matplotlib", "nbval"):
        assert re.search(rf"^{name}=={re.escape(metadata.version(name))}[ \\]", LOCK, re.MULTILINE)


def test_reasons_stand_beside_the_pins():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    block = text.split("dependencies = [")[1].split("\n]")[0]
    assert block.lstrip().startswith("#")


def test_every_folder_of_code_is_a_package():
    """Whatever holds code is a package, so that setuptools finds it."""
    for top in ("utils", "solutions"):
        for path in (ROOT / top).rglob("*.py"):
            assert (path.parent / "__init__.py").exists(), path


def test_no_room_bears_the_name_of_an_installed_package():
    installed = {name.lower().replace("-", "_") for name in metadata.packages_distributions()}
    assert not installed & set(catalogue.topics())


def test_datasets_is_no_package():
    assert not (ROOT / "datasets" / "__init__.py").exists()


def test_every_topic_has_the_same_files():
    for topic in catalogue.topics():
        room = ROOT / "solutions" / topic
        names = {path.name for path in room.glob("*.py")}
        assert {"__init__.py", "reference.py", "exercises.py", "misconceptions.py"} <= names


HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs", "conda." + "anaconda")
PLACES = ("wo" + "rk/main", "ro" + "ot/", "home/[a-z]+/", "tmp/[a-z]")
MACHINE = re.compile(f"/(?:{'|'.join(PLACES)})")


def test_nothing_of_a_machine_or_a_registry_is_committed():
    found = []
    for path in tracked():
        if path.suffix in {".png", ".parquet", ".xz"}:
            continue
        text = path.read_text("utf-8")
        if path.suffix == ".ipynb":
            # Pictures are long strings in which anything may occur.
            book = json.loads(text)
            text = json.dumps(
                [
                    [c["source"], [o for o in c.get("outputs", []) if "image/png" not in str(o)]]
                    for c in book["cells"]
                ]
            )
        found += [f"{path.name}: {host}" for host in HOSTS if host in text]
        found += [f"{path.name}: {hit}" for hit in MACHINE.findall(text)]
    assert found == []


def test_chapter_table_of_the_readme_is_true():
    text = (ROOT / "README.md").read_text("utf-8")
    rows = re.findall(
        r"^\| \[(\d\d)\]\(notebooks/(\S+)\.ipynb\) \|[^|]*\| (\d+) \|", text, re.MULTILINE
    )
    chapters = map(catalogue.chapter, catalogue.topics())
    assert rows == [(c.number, c.stem, str(len(catalogue.load(c.topic)))) for c in chapters]


def imported(path):
    """The dotted names that a source imports, at the top or inside a function."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def test_imports_go_one_way():
    for path in (ROOT / "utils").rglob("*.py"):
        for module in imported(path):
            assert module.split(".")[0] != "solutions", path.name
            assert path.name == "cli.py" or module != "utils.cli", path.name
        room = path.relative_to(ROOT / "utils").parts[0]
        forbidden = {
            "execution": ("utils.exercises", "utils.grading", "utils.check"),
            "exercises": ("utils.grading", "utils.check", "utils.progress", "utils.interview"),
            "grading": ("utils.check", "utils.progress", "utils.interview"),
        }.get(room, ())
        assert not [m for m in imported(path) if m.startswith(forbidden)] or not forbidden, path
    for path in (ROOT / "solutions").glob("*/reference.py"):
        assert not [module for module in imported(path) if module.split(".")[0] == "utils"]


def test_the_first_cell_stays_quick():
    """What every notebook imports does without scikit-learn and statsmodels, which take seconds."""
    code = (
        "import sys; from utils import check, data, plots, progress, ranking; "
        "print({'sklearn', 'statsmodels'} & set(sys.modules) or '')"
    )
    command = [sys.executable, "-c", code]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert said.stdout.strip() == ""
