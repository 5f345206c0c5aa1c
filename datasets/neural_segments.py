"""Segments of CDNOW's customers from a learned embedding, against RFM and principal components.

    python datasets/neural_segments.py

Writes neural_segments.csv: for each way to segment and each training seed, how far the segments
survive resamples of the customers, and how much of the next 39 weeks' spend they explain.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.neural_network import MLPRegressor

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from utils import data

N_SEGMENTS, N_FACTORS, WEEKS = 4, 3, 39
N_RESAMPLES = 10


def customers() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """RFM in standardised logarithms, log spend of each of 39 weeks, and spend in the next 39."""
    orders = data.cdnow_sample()
    week = (orders["day"] - pd.Timestamp("1997-01-01")).dt.days // 7
    spend = orders.pivot_table(
        index="customer_id", columns=week, values="value", aggfunc="sum", fill_value=0.0
    )
    past = spend.loc[:, : WEEKS - 1]
    bought = past.to_numpy() > 0
    silent = bought[:, ::-1].argmax(axis=1)
    rfm = np.log1p(np.column_stack([silent, bought.sum(axis=1), past.sum(axis=1)]))
    later = spend.loc[:, WEEKS:].sum(axis=1).to_numpy()
    return (rfm - rfm.mean(axis=0)) / rfm.std(axis=0), np.log1p(past.to_numpy()), later


def rfm(X: np.ndarray, seed: int) -> np.ndarray:
    """Nothing to learn: the three columns themselves."""
    return X


def components(X: np.ndarray, seed: int) -> np.ndarray:
    """The linear embedding of the weeks."""
    return PCA(N_FACTORS, random_state=seed).fit_transform(X)


def autoencoder(X: np.ndarray, seed: int) -> np.ndarray:
    """The narrow layer of a network that gives the weeks back."""
    network = MLPRegressor(
        hidden_layer_sizes=(32, N_FACTORS, 32), activation="tanh", max_iter=60, random_state=seed
    )
    with warnings.catch_warnings():
        # The number of passes is chosen, not waited for.
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.set_params(n_iter_no_change=60).fit(X, X)
    for weights, bias in zip(network.coefs_[:2], network.intercepts_[:2], strict=True):
        X = np.tanh(X @ weights + bias)
    return X


def judged(
    X: np.ndarray, later: np.ndarray, embed: Callable[[np.ndarray, int], np.ndarray], seed: int
) -> list[float]:
    """Explained share of the next spend, then the adjusted Rand index of each resample."""

    def segments(rows: np.ndarray) -> np.ndarray:
        return KMeans(N_SEGMENTS, n_init=10, random_state=seed).fit_predict(embed(rows, seed))

    whole = segments(X)
    means = pd.Series(later).groupby(whole).transform("mean")
    explained = 1 - ((later - means) ** 2).sum() / ((later - later.mean()) ** 2).sum()
    rng = np.random.default_rng(0)
    draws = (rng.integers(0, len(X), len(X)) for _ in range(N_RESAMPLES))
    return [explained, *(adjusted_rand_score(whole[d], segments(X[d])) for d in draws)]


def table(
    seeds: Iterable[int] = range(5), ways: Iterable[str] = ("RFM", "PCA", "network")
) -> pd.DataFrame:
    """A row for each way and seed."""
    scores, weeks, later = customers()
    embeddings = {
        "RFM": (scores, rfm),
        "PCA": (weeks, components),
        "network": (weeks, autoencoder),
    }
    rows = [
        (way, seed, *np.round(judged(embeddings[way][0], later, embeddings[way][1], seed), 4))
        for way in ways
        for seed in seeds
    ]
    columns = ["way", "seed", "explained", *(f"resample_{i}" for i in range(N_RESAMPLES))]
    return pd.DataFrame(rows, columns=columns)


if __name__ == "__main__":
    table().to_csv(Path(__file__).with_suffix(".csv"), index=False)
