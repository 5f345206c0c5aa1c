"""One command from a fresh clone: ``python3 start.py lab`` to learn, ``... test`` to prove.

Creates ``.venv`` from ``requirements.lock`` when it is missing or out of date. Needs the standard
library alone, and no syntax newer than Python 3.6, so that an older Python can be told.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python must reach this line to be told
    sys.exit(
        "This course needs Python 3.11 or newer, and this is Python {}.{}: "
        "install one from python.org, then run this again.".format(*sys.version_info[:2])
    )

import argparse
import contextlib
import errno
import hashlib
import json
import locale
import os
import shutil
import signal
import subprocess
import tempfile
import venv
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from types import MappingProxyType

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "built-from"
LOCK = ROOT / "requirements.lock"
NOTEBOOKS = ROOT / "notebooks"
SOLVED = ROOT / "solutions"
# Where a learner writes. COURSE_WORK names another folder.
WORK = Path(os.environ.get("COURSE_WORK", ROOT / "work")).resolve()
COPIES = WORK / ".copied.json"
# Written to JupyterLab's overrides: no pop-up that asks the network for news.
LAB_SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False},
    "@jupyterlab/docmanager-extension:plugin": {"autosaveInterval": 30},
}
# What the course can be read in, and what JupyterLab calls it.
LANGUAGES = {"en": "default", "zh": "zh_CN"}
# What takes a moment comes first, and nothing else is tried where it fails.
TEST_STEPS = {
    "lint": ["-m", "ruff", "check", "."],
    "format": ["-m", "ruff", "format", "--check", "."],
    "editions": ["-m", "utils.cli", "build", "--check"],
}
TYPES = ["-m", "mypy"]
TEST_ENVIRONMENT = {
    # Two processes that share two cores must not each start two threads.
    **dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1"),
    # Hundreds of processes are started, and each would compile the course anew.
    "PYTHONDONTWRITEBYTECODE": "",
}
PROOF = ["tests/test_proof.py", "tests/test_natural_answers.py"]
# What is tested side by side; `suite` is all that no other part names.
PARTS = {
    "proof of chapters 07 to 14": [*PROOF, "--chapters=07-14"],
    "suite": [],
    "proof of chapters 00 to 06": [*PROOF, "--chapters=00-06"],
    "stored outputs": [
        "--nbval",
        "--nbval-current-env",
        "--nbval-cell-timeout=120",
        "--nbval-sanitize-with=tests/nbval_sanitize.cfg",
        "--override-ini=addopts=-q",
        "solutions",
    ],
    "marking": [
        "tests/test_assignment.py",
        "tests/test_demo_class.py",
        "tests/test_grading.py",
        "tests/test_hostile_submissions.py",
        "tests/test_report.py",
    ],
    "notebooks": [
        "tests/test_copied_tables.py",
        "tests/test_editions.py",
        "tests/test_export.py",
        "tests/test_hub.py",
        "tests/test_instructors_files.py",
        "tests/test_notebooks.py",
        "tests/test_recipes.py",
        "tests/test_restart_and_run_all.py",
        "tests/test_warm_kernels.py",
    ],
    "pages": [
        "tests/test_browser.py",
        "tests/test_guide.py",
        "tests/test_release.py",
        "tests/test_site.py",
    ],
}
# What a benchmark says of itself that takes long, or asks for arguments.
BY_HAND = "Run by hand:"


class CannotStart(Exception):
    """Something outside the course is in the way; the message says what to do about it."""


# ---- the environment ------------------------------------------------------------------------


def fingerprint() -> str:
    """What the environment is made from."""
    sources = [LOCK.read_bytes(), (ROOT / "pyproject.toml").read_bytes()]
    made_by = f"{sys.version_info[:2]} {ROOT}".encode()
    return hashlib.sha256(b"\0".join([*sources, made_by])).hexdigest()


def make_environment() -> None:
    """Create ``.venv`` from the lock, unless it is there and up to date."""
    wanted = fingerprint()
    _mind_what_is_not_ours()
    if PYTHON.exists() and _stamp() == wanted:
        return
    if _is_being_made():
        raise CannotStart(
            f"Another start is making {VENV}: wait until it has ended, then run this again."
        )
    print("Creating .venv from requirements.lock: about a minute, once.", flush=True)
    # Until it is complete it bears the number of who makes it: the next start knows it for ours.
    VENV.mkdir(parents=True, exist_ok=True)
    STAMP.write_text(str(os.getpid()))
    for path in VENV.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path != STAMP:
            path.unlink()
    try:
        venv.create(VENV, with_pip=True)
    except subprocess.CalledProcessError as error:
        if b"no space left" in (error.output or b"").lower():
            raise CannotStart(_why("no space left")) from None
        raise CannotStart(
            "Python could not create .venv: install its venv module "
            "(python3-venv on Debian and Ubuntu), then run this again."
        ) from None
    install = _installer()
    # The lock is complete, so nothing needs to be resolved: with --no-deps nothing is.
    _install([*install, "--no-deps", "--require-hashes", "-r", str(LOCK)])
    _install([*install, "--no-deps", "--no-build-isolation", "-e", str(ROOT)])
    _write_settings("en")
    STAMP.write_text(wanted)


def _mind_what_is_not_ours() -> None:
    """Stop where ``.venv`` is a link, or was made by somebody else: it would be emptied."""
    if VENV.is_symlink() or (VENV.exists() and any(VENV.iterdir()) and not STAMP.exists()):
        raise CannotStart(
            f"{VENV} was not made by this course, which would empty it: move it away, "
            "then run this again."
        )


def _stamp() -> str:
    return STAMP.read_text() if STAMP.exists() else ""


def _is_being_made() -> bool:
    """Whether who makes the environment is at it; where that can be asked, which Windows cannot."""
    maker = _stamp()
    if os.name == "nt" or not maker.isdigit() or len(maker) > 9:
        return False
    try:
        os.kill(int(maker), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return int(maker) != os.getpid()


def _write_settings(language: str) -> None:
    """JupyterLab's settings, which somebody's own go before."""
    spoken = {"@jupyterlab/translation-extension:plugin": {"locale": LANGUAGES[language]}}
    settings = VENV / "share" / "jupyter" / "lab" / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    (settings / "overrides.json").write_text(json.dumps({**LAB_SETTINGS, **spoken}, indent=2))


def _installer() -> list[str]:
    """Uv where it can be had, because it is ten times faster; else pip."""
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "-q"]
    got_uv = subprocess.run([*pip, "install", "uv"], capture_output=True, check=False)
    if got_uv.returncode == 0:
        return [str(PYTHON), "-m", "uv", "pip", "install", "-q", "--compile-bytecode"]
    return [*pip, "install"]


def _install(command: Sequence[str]) -> None:
    env = {**os.environ, "VIRTUAL_ENV": str(VENV), "UV_NO_CONFIG": "1"}
    # What it prints need not be in the encoding of this system.
    done = subprocess.run(
        command, capture_output=True, text=True, errors="replace", env=env, check=False
    )
    if done.returncode:
        raise CannotStart(_why(done.stdout + done.stderr))


def _why(output: str) -> str:
    """One sentence for what an installer printed."""
    text = output.lower()
    if "no space left" in text:
        return f"The disk is full: free about 2 GB on the disk of {ROOT}, then run this again."
    signs = ("connect", "resolve", "network", "timed out", "dns", "unreachable", "max retries")
    if any(sign in text for sign in signs):
        return (
            "The packages could not be downloaded: check the network connection or the proxy, "
            "then run this again."
        )
    last = [line.strip() for line in output.splitlines() if line.strip()][-1:]
    return (
        f"The packages could not be installed ({' '.join(last)}): delete .venv and run this again."
    )


# ---- the learner's copies -------------------------------------------------------------------


def language(chosen: str | None = None) -> str:
    """The language to learn in: the chosen one, that of the last time, the edition's, the system's.

    It is kept in ``work/.language``. An edition for a class names its own in ``language``.
    """
    kept = WORK / ".language"
    for file in (kept, ROOT / "language"):
        if chosen is None:
            with contextlib.suppress(OSError):
                chosen = file.read_text().strip()
    if chosen not in LANGUAGES:
        # Reads what the system is set to, as its own programs do.
        with contextlib.suppress(locale.Error):
            locale.setlocale(locale.LC_ALL, "")
        chosen = "zh" if (locale.getlocale()[0] or "").startswith(("zh", "Chinese")) else "en"
    WORK.mkdir(parents=True, exist_ok=True)
    kept.write_text(chosen + "\n")
    return chosen


def copy_notebooks(spoken: str = "en") -> list[str]:
    """Bring ``work/`` up to date, and never overwrite what a learner wrote.

    The notebooks come from ``notebooks/``, the solved ones in ``work/solved/`` from ``solutions/``:
    whoever opens a copy changes no file of the course. Another language has a folder of its own
    beside the English copies, and its solved notebooks are derived here.

    Returns
    -------
    list of str
        One line for each notebook that changed on both sides: the new one is put beside.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    copied = _copied()
    said = []
    others = [f"{each}/" for each in LANGUAGES if each != spoken]
    names = (p.relative_to(NOTEBOOKS).as_posix() for p in NOTEBOOKS.rglob("*") if p.is_file())
    sources = {
        name: (NOTEBOOKS / name).read_bytes()
        for name in names
        if not name.startswith(tuple(others))
    }
    for path in SOLVED.glob("*.ipynb"):
        # One folder further from the data cards that it links to.
        solved = path.read_bytes().replace(b"](../datasets/", b"](../../datasets/")
        sources[f"solved/{path.name}"] = solved
    if spoken != "en":
        sources.update(_solved_in(spoken))
    for name, source in sorted(sources.items()):
        target, new = WORK / name, _digest(source)
        old = _digest(target.read_bytes()) if target.exists() else None
        if old in (None, copied.get(name), new):
            if old != new:
                _write(source, target)
        elif copied.get(name) != new:
            beside = target.with_name(f"{target.stem}.new{target.suffix}")
            _write(source, beside)
            said.append(f"{name} has changed; yours is kept, the new one is {beside.name}.")
        copied[name] = new
    draft = COPIES.with_suffix(".part")
    draft.write_text(json.dumps(copied, indent=1))
    draft.replace(COPIES)
    return said


def _solved_in(spoken: str) -> dict[str, bytes]:
    """The solved notebooks in another language, by their place in ``work/``."""
    if not (ROOT / "utils" / "editions").exists():
        # An edition for a class has none.
        return {}
    with tempfile.TemporaryDirectory() as folder:
        _run(["-m", "utils.cli", "build", "--lang", spoken, "--solved", folder])
        return {
            f"{spoken}/solved/{path.name}": path.read_bytes().replace(
                b"](../../datasets/", b"](../../../datasets/"
            )
            for path in Path(folder).glob("*.ipynb")
        }


def _copied() -> dict[str, str]:
    """What each copy was when it was made; nothing, where the record is missing or damaged."""
    try:
        return dict(json.loads(COPIES.read_text()))
    except (OSError, ValueError, TypeError):
        return {}


def _write(content: bytes, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(target.name + ".part")
    draft.write_bytes(content)
    draft.replace(target)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# ---- what can be started --------------------------------------------------------------------


def lab(extra: Sequence[str]) -> int:
    """Open JupyterLab on the start page, in the language --lang en or --lang zh."""
    parser = argparse.ArgumentParser(prog="start.py lab", add_help=False)
    parser.add_argument("--lang", choices=LANGUAGES)
    args, extra = parser.parse_known_args(extra)
    spoken = language(args.lang)
    for line in copy_notebooks(spoken):
        print(line)
    _write_settings(spoken)
    # From the copies links lead to the data cards, so JupyterLab has to see these too.
    root = ROOT if WORK.is_relative_to(ROOT) else WORK
    # An edition for a class has all its notebooks in one folder.
    folder = WORK / spoken if (NOTEBOOKS / spoken).is_dir() else WORK
    page = (folder / "00_start_here.ipynb").relative_to(root).as_posix()
    options = [f"--ServerApp.root_dir={root}", f"--LabApp.default_url=/lab/tree/{page}"]
    return _run(["-m", "jupyterlab", *options, *extra])


def test(extra: Sequence[str]) -> int:
    """Lint, types, editions, every stored output, the suite, the proof of the exercises."""
    for name, command in TEST_STEPS.items():
        print(f"== {name}", flush=True)
        code = _run(command)
        if code:
            return code
    # Chapters that passed and have not changed are left out, unless all is asked for.
    everything = "--all" in extra or os.environ.get("CI")
    extra = [each for each in extra if each != "--all"]
    pytest = [PYTHON, "-m", "pytest", "-p", "tests.warm_kernels", "-p", "tests.proven"]
    pytest += ["--everything"] if everything else []
    named = [each for part in PARTS.values() for each in part if each.startswith("tests/")]
    rest = [*(f"--ignore={each}" for each in named), *extra]
    commands = {name: [*pytest, *(part or rest)] for name, part in PARTS.items()}
    commands["types"] = [PYTHON, *TYPES]
    worst = 0
    # One more than there are cores, since parts wait: for time limits, for a browser.
    with ThreadPoolExecutor((os.cpu_count() or 1) + 1) as lanes:
        running = {lanes.submit(_aside, command): name for name, command in commands.items()}
        print(f"== {', '.join(running.values())}: each is shown when it has ended", flush=True)
        try:
            for done in as_completed(running):
                print(f"== {running[done]}\n{done.result().stdout}", flush=True)
                worst = max(worst, abs(done.result().returncode))
        finally:
            lanes.shutdown(cancel_futures=True)
    return worst


def _aside(command: Sequence[str | Path]) -> subprocess.CompletedProcess:
    """Run a part of the tests, and keep what it prints."""
    return subprocess.run(
        command,
        cwd=ROOT,
        env={**_environment(), **TEST_ENVIRONMENT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )


def build(extra: Sequence[str]) -> int:
    """Derive stubs and solved notebooks."""
    return _run(["-m", "utils.cli", "build", *extra])


def lock(extra: Sequence[str]) -> int:
    """Pin the newest versions that pyproject.toml allows."""
    # One version for every Python, so that stored outputs are true on each; no header and no
    # annotations, because both would name the machine that made the file.
    how = "--universal --fork-strategy fewest --generate-hashes --no-header --no-annotate -q"
    what = ["pyproject.toml", "--extra", "dev", "--python-version", "3.11", "-o", LOCK.name]
    return _run(["-m", "uv", "pip", "compile", *how.split(), *what, *extra])


def book(extra: Sequence[str]) -> int:
    """Build the site in build/book/html."""
    return _run(["docs/build.py", *extra])


def bench(extra: Sequence[str]) -> int:
    """Run the benchmarks, or those named, and write BENCHMARKS.md; it goes on where it was."""
    folder = ROOT / "tests" / "benchmarks"
    scripts = {path.stem: path for path in sorted(folder.glob("[!_]*.py"))}
    unknown = [name for name in extra if name not in scripts]
    if unknown:
        sys.exit(f"There is no benchmark {unknown[0]!r}: choose of {', '.join(scripts)}.")
    rows = ROOT / "build" / "benchmarks"
    rows.mkdir(parents=True, exist_ok=True)
    found = {name: rows / f"{name}-{_code(path, scripts)}.jsonl" for name, path in scripts.items()}
    by_itself = (n for n, path in scripts.items() if BY_HAND not in path.read_text("utf-8"))
    for name in extra or [n for n in by_itself if not found[n].exists()]:
        print(f"== {name}", flush=True)
        # Rows count once their benchmark has come to its end.
        draft = rows / f"{name}.part"
        draft.write_text("")
        code = _run([str(scripts[name])], {"COURSE_BENCHMARKS": str(draft)})
        if code:
            return code
        draft.replace(found[name])
    done = [str(file) for file in found.values() if file.exists()]
    return _run([str(folder / "_table.py"), *done])


def _code(script: Path, scripts: Mapping[str, Path]) -> str:
    """A digest of what a benchmark measures, and of what it measures with."""
    read = [LOCK, script, *script.parent.glob("_*.py")]
    text = script.read_text("utf-8")
    read += [path for name, path in scripts.items() if f"\nimport {name}\n" in text]
    for part in ("utils", "solutions"):
        read += (ROOT / part).rglob("*.py")
    found = hashlib.sha256()
    for path in sorted(read):
        found.update(path.read_bytes())
    return found.hexdigest()[:12]


def mutants(extra: Sequence[str]) -> int:
    """Say which small changes to a reference its check does not notice: [TOPIC [EXERCISE]]."""
    return _run(["tests/mutants.py", *extra], {"PYTHONPATH": str(ROOT)})


def seeds(extra: Sequence[str]) -> int:
    """Say which wrong answers pass on some seed: [TOPIC [EXERCISE]]."""
    return _run(["tests/seeds.py", *extra], {"PYTHONPATH": str(ROOT)})


def setup(extra: Sequence[str]) -> int:
    """Create the environment and nothing else."""
    return 0


def clean(extra: Sequence[str]) -> int:
    """Delete the environment and caches; never ``work/``."""
    _mind_what_is_not_ours()
    for name in (".venv", ".mypy_cache", ".ruff_cache", ".pytest_cache", "build"):
        shutil.rmtree(ROOT / name, ignore_errors=True)
    return 0


VERBS = {
    verb.__name__: verb
    for verb in (lab, test, build, lock, book, bench, mutants, seeds, setup, clean)
}


def _run(args: Sequence[str], extra: Mapping[str, str] = MappingProxyType({})) -> int:
    env = {**_environment(), **extra}
    return subprocess.run([str(PYTHON), *args], cwd=ROOT, env=env, check=False).returncode


def _environment() -> dict[str, str]:
    return {
        # OpenBLAS's threads wait for work some 30 ms by spinning, on the cores that an answer
        # runs on; so many powers of two of ticks are some 30 microseconds.
        "OPENBLAS_THREAD_TIMEOUT": "16",
        **os.environ,
        # Where Jupyter looks for its runtime is the environment's business, not the shell's.
        "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}",
    }


def main(argv: Sequence[str]) -> int:
    """Run one verb and return its exit code."""
    lines = "\n".join(f"  {name:<7}{verb.__doc__}" for name, verb in VERBS.items())
    parser = argparse.ArgumentParser(
        prog="start.py", formatter_class=argparse.RawDescriptionHelpFormatter, epilog=lines
    )
    parser.add_argument("verb", choices=VERBS, metavar="VERB")
    args, extra = parser.parse_known_args(argv)
    # Who ends this one ends what it has started, too.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        if args.verb != "clean":
            make_environment()
        return VERBS[args.verb](extra)
    except CannotStart as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(_os_error(error))


def _os_error(error: OSError) -> str:
    if error.errno == errno.ENOSPC:
        return _why("no space left")
    where = f" ({error.filename})" if error.filename else ""
    return f"{error.strerror}{where}: put this right, then run it again."


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        sys.exit(main(sys.argv[1:]))
