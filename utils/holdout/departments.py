"""Daily sales of simulated departments, with profiles and surprises of real ones."""

from __future__ import annotations

import functools

import numpy as np

from utils import data

DEPARTMENTS = (
    "GROCERY",
    "DRUG GM",
    "FUEL",
    "PRODUCE",
    "MEAT",
    "MEAT-PCKGD",
    "DELI",
    "MISCELLANEOUS",
    "PASTRY",
    "NUTRITION",
)
N_KNOWN = 168
FIRST_UNUSED = 318  # 15 November: nothing learns from Thanksgiving, and the shop was open every day
SETTLED = 56  # days until level and season have forgotten how they were started
SMOOTHING = (0.1, 0.05)  # how much a surprise moves the level and its weekday


@functools.cache
def _surprises() -> tuple[np.ndarray, np.ndarray]:
    """Weekday profiles of the departments, and how the log of each day missed its forecast."""
    logs = np.log(data.daily_sales(*DEPARTMENTS).to_numpy()[:FIRST_UNUSED])
    errors = np.zeros_like(logs)
    level, season = logs[:7].mean(axis=0), logs[:7] - logs[:7].mean(axis=0)
    for t, day in enumerate(logs):
        errors[t] = day - level - season[t % 7]
        level = level + SMOOTHING[0] * errors[t]
        season[t % 7] += SMOOTHING[1] * errors[t]
    return season, errors[SETTLED:] - errors[SETTLED:].mean(axis=0)


def departments(
    rng: np.random.Generator, n_mornings: int, horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sales of departments that might have been, and what they sell next.

    Each series is simulated from a real department: its weekday profile, a level and a profile that
    move with each surprise, and real surprises, drawn again in whole weeks. A week keeps its days
    together. The public file does not say which week comes next, so whoever has it and finds a
    week again has gained nothing.

    Parameters
    ----------
    rng : Generator
        Draws the weeks, the weekday on which a column begins, the order of the columns, and a unit
        for each.
    n_mornings : int
        How many series of each department.
    horizon : int
        Days that come after the known ones.

    Returns
    -------
    known : ndarray, shape (168, 10 * n_mornings)
        Daily sales of 24 weeks, oldest first.
    future : ndarray, shape (horizon, 10 * n_mornings)
        Those of the days after them.
    """
    profiles, errors = _surprises()
    n_weeks = -(-(N_KNOWN + horizon) // 7)
    columns = []
    for j in rng.permutation(np.tile(np.arange(len(DEPARTMENTS)), n_mornings)):
        first = rng.integers(7)
        blocks = errors[first:, j][: 7 * ((len(errors) - first) // 7)].reshape(-1, 7)
        drawn = blocks[rng.integers(len(blocks), size=n_weeks)].ravel()
        level, season = rng.uniform(0, 5), np.roll(profiles[:, j], -first)
        logs = np.empty(7 * n_weeks)
        for t, surprise in enumerate(drawn):
            logs[t] = level + season[t % 7] + surprise
            level += SMOOTHING[0] * surprise
            season[t % 7] += SMOOTHING[1] * surprise
        columns.append(np.exp(logs))
    spans = np.column_stack(columns)
    return spans[:N_KNOWN], spans[N_KNOWN : N_KNOWN + horizon]
