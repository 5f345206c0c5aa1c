"""Computes bandit_regret.csv: what seven ways of choosing lose to an oracle, run by run.

    python datasets/bandit_regret.py

Its result is committed, so that the chapter need not play five million rounds. The card beside it
says what it holds.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from solutions.experiments_and_bandits import thompson_step  # noqa: E402 - found by the line above
from utils import data  # noqa: E402

SEEDS = range(40)
STEPS = 20_000
EVERY = 1_000
CSV = Path(__file__).with_suffix(".csv")

# Clicks and displays so far, the number of this display, and a generator: the arm to show.
Policy = Callable[[np.ndarray, np.ndarray, int, np.random.Generator], int]


def click_rates() -> np.ndarray:
    """Click rates of the 34 items of the men's page, shrunk to their mean and times 8.

    An item was displayed about 300 times and clicked once or twice: its own rate is mostly luck.
    Times 8, because at half a per cent 20,000 displays teach no policy anything.
    """
    by_item = data.open_bandit("random", "men").groupby("item_id")["click"]
    clicks, displays = by_item.sum().to_numpy(), by_item.size().to_numpy()
    mean = clicks.sum() / displays.sum()
    return 8 * (clicks + 300 * mean) / (displays + 300)


def random(clicks: np.ndarray, displays: np.ndarray, step: int, rng: np.random.Generator) -> int:
    """Any arm."""
    return int(rng.integers(len(clicks)))


def greedy(clicks: np.ndarray, displays: np.ndarray, step: int, rng: np.random.Generator) -> int:
    """Each arm once, then always the best so far."""
    return step if step < len(clicks) else int((clicks / displays).argmax())


def epsilon_greedy(
    clicks: np.ndarray, displays: np.ndarray, step: int, rng: np.random.Generator
) -> int:
    """The best so far, and any arm in one display of ten."""
    policy = random if rng.random() < 0.1 else greedy
    return policy(clicks, displays, step, rng) if step >= len(clicks) else step


def _ucb(scale: float) -> Policy:
    def choose(
        clicks: np.ndarray, displays: np.ndarray, step: int, rng: np.random.Generator
    ) -> int:
        if step < len(clicks):
            return step
        bonus = np.sqrt(2 * math.log(step) / displays)
        return int((clicks / displays + scale * bonus).argmax())

    return choose


def _thompson(successes: float, failures: float) -> Policy:
    def choose(
        clicks: np.ndarray, displays: np.ndarray, step: int, rng: np.random.Generator
    ) -> int:
        # A prior is as many clicks and displays as would have taught it.
        return thompson_step(clicks + successes - 1, displays + successes + failures - 2, rng)  # type: ignore[arg-type]

    return choose


POLICIES: dict[str, Policy] = {
    "random": random,
    "greedy": greedy,
    "epsilon_greedy": epsilon_greedy,
    "ucb1": _ucb(1.0),
    "ucb1_small_bonus": _ucb(0.2),
    "thompson": _thompson(1, 1),
    "thompson_informed": _thompson(1, 24),
}


def play(policy: Policy, rates: np.ndarray, seed: int, steps: int) -> np.ndarray:
    """Expected clicks lost to the oracle, after every ``EVERY`` displays.

    The oracle shows the arm with the highest rate. In one run every policy meets the same luck: a
    number for each display, below which a rate makes a click.
    """
    luck, rng = (np.random.default_rng([seed, stream]) for stream in (0, 1))
    drawn = luck.random(STEPS)
    clicks, displays = np.zeros((2, len(rates)))
    arms = np.empty(steps, dtype=int)
    for step in range(steps):
        arm = policy(clicks, displays, step, rng)
        clicks[arm] += drawn[step] < rates[arm]
        displays[arm] += 1
        arms[step] = arm
    return (rates.max() - rates[arms]).cumsum()[EVERY - 1 :: EVERY]


def table(seeds: range = SEEDS, steps: int = STEPS) -> pd.DataFrame:
    """Regret by policy and seed, a column for each number of displays."""
    rates = click_rates()
    rows = {
        (name, seed): play(policy, rates, seed, steps)
        for name, policy in POLICIES.items()
        for seed in seeds
    }
    columns = [str(step) for step in range(EVERY, steps + 1, EVERY)]
    result = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    result.index = pd.MultiIndex.from_tuples(result.index, names=["policy", "seed"])
    return result.round(1)


if __name__ == "__main__":
    table().to_csv(CSV, lineterminator="\n")
