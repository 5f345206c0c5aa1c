"""Computes simulated_drops.csv: how well seven methods find the cause of a simulated drop.

    python datasets/simulated_drops.py

Its result is committed, so that the chapter need not load the causes. The card beside it says what
it holds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from solutions.metric_diagnosis import find_cause, misconceptions  # noqa: E402 - by the line above
from utils.holdout import drops as holdout  # noqa: E402

SEEDS = (201, 202, 203)
CSV = Path(__file__).with_suffix(".csv")

Group = dict[str, int]


def z_score(cases: Sequence[pd.DataFrame]) -> list[Group]:
    """The lowest z of actual against expected orders at the case's level, pairs allowed."""

    def score(case: pd.DataFrame) -> Group:
        level = case["actual"].sum() / case["expected"].sum()
        groups = misconceptions._SINGLES + misconceptions._PAIRS
        found: Group = misconceptions._largest(
            case, groups, lambda e, a: (level * e - a) / np.sqrt(level * e)
        )
        return found

    return [score(case) for case in cases]


def adtributor(cases: Sequence[pd.DataFrame]) -> list[Group]:
    """Adtributor (Bhagwan et al., NSDI 2014) at 10 % and 67 %, its first element only."""
    found = []
    for case in cases:
        total = case[["expected", "actual"]].sum()
        best: tuple[float, Group] = (-1.0, {})
        for name in holdout.DROP_SIZES:
            sums = case.groupby(name)[["expected", "actual"]].sum()
            explained = (sums["actual"] - sums["expected"]) / (total["actual"] - total["expected"])
            p, q = sums["expected"] / total["expected"], sums["actual"] / total["actual"]
            with np.errstate(divide="ignore", invalid="ignore"):
                parts = [np.where(x > 0, x * np.log(2 * x / (p + q)), 0.0) for x in (p, q)]
            surprise = pd.Series((parts[0] + parts[1]) / 2, index=sums.index)
            kept: list[int] = []
            for value in surprise.sort_values(ascending=False, kind="stable").index:
                if explained[value] >= 0.1:
                    kept.append(value)
                if explained[kept].sum() >= 0.67:
                    break
            if kept and surprise[kept].sum() > best[0]:
                best = (surprise[kept].sum(), {name: int(kept[0])})
        # Where no dimension has a surprising element, the baseline answers.
        found.append(best[1] or misconceptions.largest_fall([case])[0])
    return found


METHODS: dict[str, Callable[[Sequence[pd.DataFrame]], list[Group]]] = {
    "largest_fall": misconceptions.largest_fall,
    "largest_percentage": misconceptions.largest_percentage,
    "largest_fall_of_pairs": misconceptions.largest_fall_of_pairs,
    "adtributor": adtributor,
    "z_single": misconceptions.single_values_only,
    "z_score": z_score,
    "scan": find_cause,
}


def table(seeds: Sequence[int] = SEEDS) -> pd.DataFrame:
    """One row per simulated case: the overlap of each method's group with the cause."""
    parts = []
    for seed in seeds:
        (cases,), truth = holdout.simulated_drops(seed)
        overlaps = {name: holdout.overlaps(find(cases), truth) for name, find in METHODS.items()}
        n_dimensions = [len(cause) for cause in truth[1]]
        parts.append(pd.DataFrame({"seed": seed, "n_dimensions": n_dimensions, **overlaps}))
    return pd.concat(parts, ignore_index=True)


if __name__ == "__main__":
    table().to_csv(CSV, index=False, float_format="%.4f")
