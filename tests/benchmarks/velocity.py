"""Count earlier orders in a window: the reference of chapter 9 against pandas' rolling windows.

    python tests/benchmarks/velocity.py

All baskets of Complete Journey, by household, in shuffled rows. Both give the same counts; what is
printed is how many times as long pandas takes, in one run.
"""

from __future__ import annotations

import time

import numpy as np
import pandas as pd

from solutions.risk_control.reference import velocity_count
from utils import fraud


def by_pandas(df: pd.DataFrame, hours: float) -> pd.Series:
    ordered = df.assign(row=np.arange(len(df)), one=1.0).sort_values("time", kind="stable")
    rolling = ordered.groupby("entity").rolling(f"{hours}h", on="time", closed="left")
    # The rolled table comes by entity, and within one in the order of time.
    rows = ordered.sort_values(["entity", "time"], kind="stable")["row"].to_numpy()
    counts = np.zeros(len(df), dtype=int)
    counts[rows] = rolling["one"].sum().fillna(0).to_numpy().astype(int)
    return pd.Series(counts, index=df.index)


def main() -> None:
    import _peers

    baskets = fraud.real_baskets()[["household_id", "time"]]
    df = baskets.rename(columns={"household_id": "entity"}).sample(frac=1, random_state=0)
    print(f"{len(df):,} orders of {df['entity'].nunique():,} households")
    for hours in (2, 72, 720):
        started = time.perf_counter()
        ours = velocity_count(df, hours)
        between = time.perf_counter()
        theirs = by_pandas(df, hours)
        seconds = (between - started, time.perf_counter() - between)
        ratio = seconds[1] / seconds[0]
        _peers.report(f"orders in the last {hours} hours", "", "pandas rolling", seconds=seconds)
        pd.testing.assert_series_equal(ours, theirs)
        print(f"{hours:>4} hours: pandas takes {ratio:.1f} times as long")


if __name__ == "__main__":
    main()
