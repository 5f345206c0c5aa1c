"""Computes bpr_new_items.csv: how sampled negatives change what BPR recommends.

    python datasets/bpr_new_items.py

Its result is committed, so that the chapter need not train six models. The card beside it says what
it holds.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from utils import data, ranking  # noqa: E402 - found by the line above

SEEDS = range(3)
# The exponent of popularity by which the product that was not bought is drawn.
POWERS = {"uniform": 0.0, "by_popularity": 1.0}
FACTORS, RATE, RIDGE, BATCH = 32, 0.05, 0.01, 512
PASSES = 10
CSV = Path(__file__).with_suffix(".csv")


def factors(bought: sparse.csr_matrix, power: float, seed: int, passes: int = PASSES) -> np.ndarray:
    """Scores of BPR (Rendle et al. 2009): every household with every product.

    The step is that of `bpr_step` in chapter 3, for 512 triples at a time. A triple whose sampled
    product the household has bought is left out.
    """
    rng = np.random.default_rng(seed)
    n_users, n_items = bought.shape
    U = rng.normal(0, 0.1, (n_users, FACTORS))
    V = rng.normal(0, 0.1, (n_items, FACTORS))
    users, items = bought.nonzero()
    weights = np.bincount(items, minlength=n_items) ** power
    owned = bought.toarray() > 0
    for _ in range(passes):
        order = rng.permutation(len(users))
        sampled = rng.choice(n_items, len(users), p=weights / weights.sum())
        for start in range(0, len(order), BATCH):
            u, i = users[order[start : start + BATCH]], items[order[start : start + BATCH]]
            j = sampled[start : start + BATCH]
            fair = ~owned[u, j]
            u, i, j = u[fair], i[fair], j[fair]
            p, v, w = U[u], V[i], V[j]
            slope = (0.5 * (1 - np.tanh(0.5 * (p * (v - w)).sum(axis=1))))[:, None]
            np.add.at(U, u, RATE * (slope * (v - w) - RIDGE * p))
            np.add.at(V, i, RATE * (slope * p - RIDGE * v))
            np.add.at(V, j, RATE * (-slope * p - RIDGE * w))
    return U @ V.T


def table(seeds: range = SEEDS, passes: int = PASSES) -> pd.DataFrame:
    """NDCG@10 on new products of weeks 37 to 44, one row for each household that bought one."""
    before, after = data.purchase_split()
    bought = before.matrix.toarray() > 0
    new = sparse.csr_matrix(after.matrix - after.matrix.multiply(bought))
    new.eliminate_zeros()
    rows = {}
    for name, power in POWERS.items():
        for seed in seeds:
            scores = factors(before.matrix, power, seed, passes)
            shown = ranking.top_columns(scores, 10, bought)
            rows[f"{name}_{seed}"] = ranking.ndcg_of_rows(shown, new)
    return pd.DataFrame(rows, index=pd.Index(before.households, name="household_id")).dropna()


if __name__ == "__main__":
    table().round(4).to_csv(CSV, lineterminator="\n")
