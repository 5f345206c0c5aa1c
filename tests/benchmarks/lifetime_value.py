"""Fit BG/NBD to CDNOW: our gradient over different histories against the lifetimes package.

    python tests/benchmarks/lifetime_value.py

The 2,357 customers of the published fit, and all 23,570. Each fit runs in a fresh process, once to
warm up and then fifteen times; seconds are the best of these. The ratio is lifetimes' time over
ours, so above 1 we are faster. Both must reach the same likelihood, which our code computes.

lifetimes is tried with its defaults; its starting values, gradient and stopping rule are its own.
It was written for older releases of pandas and numpy, hence the pins of its environment.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

REPEATS = 15


def histories(customers: str) -> np.ndarray:
    """Repeat purchases, weeks to the last and weeks observed: a row for each customer."""
    import pandas as pd

    from utils import data

    if customers == "sample":
        return data.cdnow_summary().to_numpy(dtype=float)
    end = pd.Timestamp("1997-09-30")
    days = data.cdnow().query("day <= @end").groupby("customer_id")["day"]
    first, last = days.min(), days.max()
    weeks = [(last - first).dt.days / 7, (end - first).dt.days / 7]
    return np.column_stack([days.size() - 1, *weeks])


def ours(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> list[float]:
    from solutions.segmentation_case.reference import _fit_bgnbd

    return _fit_bgnbd(x, t_x, T).tolist()


def lifetimes(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> list[float]:
    from lifetimes import BetaGeoFitter

    fitted = BetaGeoFitter().fit(x, t_x, T)
    return [float(fitted.params_[name]) for name in ("r", "alpha", "a", "b")]


def child(who: str, table: str) -> None:
    x, t_x, T = np.load(table).T
    fit = {"ours": ours, "lifetimes": lifetimes}[who]
    params = fit(x, t_x, T)
    seconds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        fit(x, t_x, T)
        seconds.append(time.perf_counter() - started)
    print(json.dumps({"params": params, "seconds": min(seconds)}))


def main() -> None:
    import _peers

    from solutions.segmentation_case.reference import bgnbd_neg_log_likelihood

    python = _peers.environment("lifetimes==0.11.3", "numpy<2", "pandas<2.3", "scipy<1.14")
    print(_peers.machine())
    print(f"{'customers':<11}{'who':>10}{'ms':>8}{'ratio':>7}   r, alpha, a, b; log-likelihood")
    with tempfile.TemporaryDirectory() as folder:
        for customers in ("sample", "all"):
            table, rows = Path(folder) / f"{customers}.npy", {}
            np.save(table, histories(customers))
            for who, which in (("ours", sys.executable), ("lifetimes", python)):
                rows[who] = _peers.measure(which, Path(__file__), "--child", who, table)
            likelihood = {
                who: -float(bgnbd_neg_log_likelihood(row["params"], *np.load(table).T))
                for who, row in rows.items()
            }
            _peers.report(
                f"fit BG/NBD to CDNOW, {customers}",
                "log-likelihood",
                "lifetimes",
                quality=(round(likelihood["ours"], 2), round(likelihood["lifetimes"], 2)),
                seconds=(rows["ours"]["seconds"], rows["lifetimes"]["seconds"]),
            )
            for who, row in rows.items():
                ratio = rows["lifetimes"]["seconds"] / row["seconds"]
                fit = likelihood[who]
                print(
                    f"{customers:<11}{who:>10}{1000 * row['seconds']:>8.1f}{ratio:>7.1f}   "
                    f"{', '.join(f'{p:.4f}' for p in row['params'])}; {fit:.3f}"
                )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
