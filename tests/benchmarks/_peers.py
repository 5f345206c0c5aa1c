"""An environment for the packages that a benchmark compares with, apart from the course's own."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def environment(*requirements: str) -> Path:
    """The Python of an environment that holds ``requirements``, made once."""
    name = hashlib.sha256(" ".join(requirements).encode()).hexdigest()[:12]
    folder = ROOT / "build" / "peers" / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not (folder / "complete").exists():
        print(f"installing {', '.join(requirements)} apart", flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *requirements], check=True)
        (folder / "complete").touch()
    return python


def measure(python: Path | str, script: Path, *args: object, threads: int = 1) -> dict:
    """Run ``script`` in a fresh process and return the JSON of its last line.

    The number of threads of every numerical library is ``threads``.
    """
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    env = {**os.environ, **dict.fromkeys(names, str(threads)), "PYTHONPATH": str(ROOT)}
    command = [str(python), "-W", "ignore", str(script), *map(str, args)]
    done = subprocess.run(command, env=env, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def report(
    question: str,
    measure: str,
    peer: str = "",
    *,
    quality: tuple[float | None, float | None] = (None, None),
    seconds: tuple[float | None, float | None] = (None, None),
    less_is_better: bool = False,
) -> None:
    """Add a row to the table of ``make bench``: each pair is ours, then the peer's.

    Outside ``make bench`` there is no table and nothing happens.
    """
    table = os.environ.get("COURSE_BENCHMARKS")
    if table:
        row = {
            "question": question,
            "measure": measure,
            "peer": peer,
            "quality": quality,
            "seconds": seconds,
            "less_is_better": less_is_better,
        }
        with Path(table).open("a", encoding="utf-8") as rows:
            rows.write(json.dumps(row) + "\n")


def machine() -> str:
    """What a benchmark was run on, in one line."""
    return f"{os.cpu_count()} cores, Python {sys.version.split()[0]}, {sys.platform}"
