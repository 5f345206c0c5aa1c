"""Simulated falls of orders, each with one cause."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from utils.exercises import equality

N_DROPS = 100
N_CELLS = 600
DROP_SIZES = {"city": 12, "channel": 5, "device": 3, "category": 15}


Drops = tuple[list[pd.DataFrame], list[dict[str, int]]]


def simulated_drops(seed: int) -> tuple[tuple[list[pd.DataFrame]], Drops]:
    """SIMULATED falls of orders, each with one cause, which is the truth.

    Parameters
    ----------
    seed : int
        Of everything that is drawn. ``datasets/simulated_drops.md`` has the recipe.

    Returns
    -------
    arguments : (list of DataFrame,)
        100 cases of 600 cells: ``city``, ``channel``, ``device``, ``category``, ``expected`` and
        ``actual`` orders.
    truth : (list of DataFrame, list of dict of str to int)
        The cases, and the cause of each: one or two dimensions, each with its value.
    """
    rng = np.random.default_rng([seed, 12])
    drawn = [_simulated_drop(rng) for _ in range(N_DROPS)]
    cases = [case for case, _ in drawn]
    return (cases,), (cases, [cause for _, cause in drawn])


def _simulated_drop(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, int]]:
    names, sizes = list(DROP_SIZES), list(DROP_SIZES.values())
    popular = [rng.dirichlet([1.2] * size) for size in sizes]
    every = np.indices(sizes).reshape(len(sizes), -1)
    weights = np.prod([p[values] for p, values in zip(popular, every, strict=True)], axis=0)
    chosen = np.sort(rng.choice(every.shape[1], N_CELLS, replace=False))
    case = pd.DataFrame(every[:, chosen].T, columns=names)
    expected = np.maximum(weights[chosen] / weights[chosen].sum() * 6000, 0.01)
    while True:
        n_dimensions = 2 if rng.random() < 0.65 else 1
        cell = case.iloc[rng.integers(N_CELLS)]
        kept = np.sort(rng.choice(len(names), n_dimensions, replace=False))
        cause = {names[k]: int(cell.iloc[k]) for k in kept}
        inside = cells_of(cause, case)
        if inside.sum() >= 4 and 0.02 <= expected[inside].sum() / expected.sum() <= 0.25:
            break
    level = expected * rng.uniform(0.97, 1.03) * rng.lognormal(0, 0.25, N_CELLS)
    level[inside] *= 1 - rng.uniform(0.2, 0.6)
    return case.assign(expected=expected.round(4), actual=rng.poisson(level)), cause


def cells_of(group: dict[str, int], case: pd.DataFrame) -> np.ndarray:
    """Which cells of a case belong to a group, as an array of bool."""
    return np.logical_and.reduce([case[name].to_numpy() == group[name] for name in group])


def mean_overlap(groups: Any, truth: Drops) -> float:
    """Expected orders in both groups over those in either, averaged over the cases."""
    return float(np.mean(overlaps(groups, truth)))


def overlaps(groups: Any, truth: Drops) -> np.ndarray:
    """The overlap of each group with the cause of its case, from 0 to 1."""
    shares = []
    for group, case, cause in zip(groups, *truth, strict=True):
        mine, right = cells_of(group, case), cells_of(cause, case)
        expected = case["expected"].to_numpy()
        shares.append(expected[mine & right].sum() / expected[mine | right].sum())
    return np.array(shares)


def problem_with_groups(value: Any, cases: list[pd.DataFrame]) -> str:
    """What is wrong with groups, in one sentence; empty if nothing is."""
    if not isinstance(value, (list, tuple)) or len(value) != len(cases):
        return "return a list with one dict for each case"
    for group, case in zip(value, cases, strict=True):
        if not isinstance(group, dict) or not 1 <= len(group) <= 2:
            return "a group is a dict with one or two dimensions"
        if not set(group) <= set(DROP_SIZES):
            return "a dimension is one of city, channel, device and category"
        if not all(equality.is_whole(number) for number in group.values()):
            return "the value of a dimension is a whole number"
        if not cells_of(group, case).any():
            return "at least one cell of the case must belong to the group"
    return ""
