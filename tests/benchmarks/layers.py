"""What each layer of the sandbox stops alone, and what gets through when one is missing.

    python tests/benchmarks/layers.py

Every source of ``tests/hostile`` is marked among honest neighbours with some layers off. It got
through when it earned points, when it did not fail as in the full sandbox, or when the run ended.
What may reach processes outside is tried only where bubblewrap or seccomp is there. Run by hand: it
measures no time.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from test_hostile_submissions import RIGHT, SAYS, SOURCES, notebook  # noqa: E402

from utils.grading import grade, marking  # noqa: E402
from utils.grading.budget import Limits  # noqa: E402
from utils.grading.sandbox import client, confinement  # noqa: E402
from utils.grading.sandbox.confinement import Layers  # noqa: E402
from utils.grading.status import Status  # noqa: E402

# Would reach other people's processes, or start as many as it can.
FAR = {
    "kills_everybody",
    "signals_by_fcntl",
    "asks_the_kernel",
    "process_bomb",
    "traces_its_parent",
}
FAR |= {"thread_bomb", "reads_its_parents_memory"}


class Tried(Layers):
    """Layers that are used whether or not they are enough."""

    enough = True


def got_through(layers: Layers, names: list[str]) -> list[str]:
    """The sources that these layers do not stop."""
    confinement.available = lambda: layers  # type: ignore[assignment]
    marking._sandbox.cache_clear()
    client.server.cache_clear()
    through: list[str] = []
    for start in range(0, len(names), 12):
        part = names[start : start + 12]
        through += _batch(part) or [name for name in part if name in _batch([name], alone=True)]
    return through


def _batch(names: list[str], alone: bool = False) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        handed_in, out = Path(folder, "in"), Path(folder, "out")
        handed_in.mkdir()
        for name in names:
            source = (
                SOURCES[name].replace("SUBMISSIONS", str(handed_in)).replace("REPORT", str(out))
            )
            (handed_in / f"{name}.ipynb").write_bytes(notebook(source))
        for name in ("aaron", "zoe"):
            (handed_in / f"{name}.ipynb").write_bytes(notebook(RIGHT))
        limits = Limits(seconds=0.5, memory_mb=400)
        try:
            found = grade.grade(
                handed_in, out, limits=limits, chapters=["00"], progress=False, jobs=1
            )
        except client.SandboxEnded:
            if alone:
                return names
            return [name for name in names for _ in _batch([name], alone=True)]
        rows = {row.learner: row for row in found.rows}
        harmed = any(rows[name].status != Status.PASSED for name in ("aaron", "zoe"))
        return [
            name
            for name in names
            if rows[name].points
            or SAYS.get(name, "") not in rows[name].message
            or (harmed and alone)
        ]


def main() -> None:
    """Print a line a combination."""
    here = confinement.available()
    print(f"This machine has {here}.")
    combinations = {
        "all three": (True, True, True),
        "without bubblewrap": (True, True, False),
        "without Landlock": (False, True, True),
        "without seccomp": (True, False, True),
        "seccomp alone": (False, True, False),
        "bubblewrap alone": (False, False, True),
        "Landlock alone": (True, False, False),
        "none but limits": (False, False, False),
    }
    for name, used in combinations.items():
        layers = Tried(*used)
        if not all(
            have or not use
            for have, use in zip((here.landlock, here.seccomp, here.bubblewrap), used, strict=True)
        ):
            print(f"{name}: not to be had here")
            continue
        near = [n for n in SOURCES if layers.seccomp or n not in FAR]
        if layers.bubblewrap and not layers.seccomp:
            near = [n for n in SOURCES if n not in {"process_bomb", "thread_bomb"}]
        through = got_through(layers, near)
        said = ", ".join(sorted(through)) or "nothing"
        print(
            f"{name}: {len(near) - len(through)} of {len(near)} stopped; got through: {said}",
            flush=True,
        )


if __name__ == "__main__":
    main()
