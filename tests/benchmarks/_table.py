"""Write BENCHMARKS.md from the rows that the benchmarks reported: _table.py FILE ..."""

from __future__ import annotations

import importlib.metadata
import json
import sys
from pathlib import Path

import _peers

HEAD = """# Benchmarks

`make bench` wrote this file: every row is of the same code and machine, and the two sides of a row
are of one run, quality and time side by side. A ratio is the peer's time over ours, so above 1 we
are faster. Rows in which we are behind come first.

"""


def behind(row: dict) -> bool:
    """Whether the peer is better in quality, or faster, or both."""
    ours, theirs = row["quality"]
    worse = None not in (ours, theirs) and (
        ours > theirs if row["less_is_better"] else ours < theirs
    )
    mine, peers = row["seconds"]
    return worse or (None not in (mine, peers) and mine > peers)


def line(row: dict) -> str:
    """A row of the table."""
    mine, peers = row["seconds"]
    ratio = f"{peers / mine:.3g}" if mine and peers else ""
    cells = [row["question"], row["peer"], row["measure"], *map(number, row["quality"])]
    return "| " + " | ".join([*cells, *map(number, row["seconds"]), ratio]) + " |"


def number(value: float | None) -> str:
    """Four digits; nothing for what was not measured."""
    return "" if value is None else f"{value:.4g}"


def main() -> None:
    files = sorted(map(Path, sys.argv[1:]))
    rows = [json.loads(row) for file in files for row in file.read_text("utf-8").splitlines()]
    head = "| question | beside | measure | ours | theirs | our s | their s | ratio |"
    rule = "|---|---|---|---|---|---|---|---|"
    parts = []
    for title, chosen in (
        ("Where we are behind", [row for row in rows if behind(row)]),
        ("Where we are level or ahead", [row for row in rows if not behind(row)]),
    ):
        body = "\n".join([head, rule, *map(line, chosen)]) if chosen else "Nothing in this run."
        parts.append(f"## {title}\n\n{body}\n")
    names = ("numpy", "scipy", "pandas", "scikit-learn", "statsmodels")
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in names)
    ran = ", ".join(file.stem.rpartition("-")[0] for file in files)
    foot = (
        f"\nRun of {ran} on {_peers.machine()}; {versions}. "
        "Peers are the newest that install together.\n"
    )
    (_peers.ROOT / "BENCHMARKS.md").write_text(HEAD + "\n".join(parts) + foot, "utf-8")


if __name__ == "__main__":
    main()
