"""Computes arima_orders.csv: the AICc of every seasonal ARIMA of a grid, for six series.

    python datasets/arima_orders.py

Its result is committed, because 216 fits take minutes. The card beside it says what it holds.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from solutions.demand_forecasting import reference  # noqa: E402
from utils import data  # noqa: E402

DEPARTMENTS = ("TOTAL", "GROCERY", "DRUG GM", "PRODUCE", "MEAT", "DELI")
FIRST_ORIGIN = 238
LARGEST = {"p": 2, "q": 2, "P": 1, "Q": 1}
CSV = Path(__file__).with_suffix(".csv")


def table(
    departments: Sequence[str] = DEPARTMENTS, largest: dict[str, int] = LARGEST
) -> pd.DataFrame:
    """A row for each series and order; the logarithms of the days before the first origin."""
    logs = np.log(data.daily_sales(*departments)[:FIRST_ORIGIN])
    rows = []
    for department in departments:
        y = logs[department].to_numpy()
        for p, q, P, Q in np.ndindex(*(largest[name] + 1 for name in "pqPQ")):
            # As exercise 5.9 does it: one seasonal difference, then no constant.
            aicc = reference._aicc(y[7:] - y[:-7], (p, 0, q, P, 1, Q, 7), constant=False)
            rows.append((department, p, q, P, Q, round(aicc, 3)))
    return pd.DataFrame(rows, columns=["department", "p", "q", "P", "Q", "aicc"])


if __name__ == "__main__":
    table().to_csv(CSV, index=False, lineterminator="\n")
