"""Fit and recommend for all: `utils.neighbours` against implicit's cosine item-kNN.

    python tests/benchmarks/sparse_recommender.py

Both keep the same number of neighbours of the same matrix, and their lists must agree. Each
measurement is a fresh process; the ratio is implicit's time over ours, so above 1 we are faster.

What limits us: where blocks are dense, two thirds of the time go to the product and a third to
picking the largest of each row, which implicit does as it computes; where they are sparse, scipy
counts the entries of the result before it computes them, so it walks the data twice; and a list per
user is a turn of a Python loop, some twenty microseconds, which a second thread does not hurry.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy import sparse

K, N = 20, 10


def complete_journey() -> sparse.csr_matrix:
    from utils import data

    lines = data.transactions("household_id", "basket_id", "product_id", "week")
    before, _ = data.split_purchases(lines, last_week=44, until=53, min_buyers=30)
    return sparse.csr_matrix(before.matrix, dtype=float).log1p().tocsr()


def synthetic(n_users: int = 100_000, n_items: int = 20_000, seed: int = 0) -> sparse.csr_matrix:
    """Fifty items a user on average; an item's popularity falls with its rank to the power 0.8."""
    rng = np.random.default_rng(seed)
    popularity = (np.arange(n_items) + 10.0) ** -0.8
    sizes = np.minimum(rng.geometric(1 / 50, n_users), 1000)
    users = np.repeat(np.arange(n_users), sizes)
    drawn = np.searchsorted(np.cumsum(popularity / popularity.sum()), rng.random(len(users)))
    items = np.minimum(drawn, n_items - 1)
    X = sparse.csr_matrix((np.ones(len(users)), (users, items)), shape=(n_users, n_items))
    X.data[:] = 1
    return X


def recommend_all(X: sparse.csr_matrix, W: sparse.csr_matrix, n: int) -> np.ndarray:
    """For each user the ``n`` items with the largest sum of similarities to what she has.

    Parameters
    ----------
    X : csr_matrix, shape (n_users, n_items)
        As in `cosine_neighbours`.
    W : csr_matrix, shape (n_items, n_items)
        Similarities; row ``i`` holds the items that ``i`` speaks for.
    n : int
        The length of a list.

    Returns
    -------
    items : ndarray of int, shape (n_users, n)
        Best first, without items that the user has; -1 where there are no more.
    """
    from utils import neighbours

    X = sparse.csr_matrix(X, dtype=np.float32)
    items = np.full((X.shape[0], n), -1)
    mine = np.full(X.shape[1], -1)
    work = np.minimum((X != 0) @ np.diff(W.indptr), X.shape[1])
    for rows in neighbours._blocks(work):
        scores = X[rows] @ W
        for row, user in enumerate(range(rows.start, rows.stop)):
            # Marking what a user has costs as much as she has, not as much as there is.
            mine[X.indices[X.indptr[user] : X.indptr[user + 1]]] = user
            columns = scores.indices[scores.indptr[row] : scores.indptr[row + 1]]
            values = scores.data[scores.indptr[row] : scores.indptr[row + 1]]
            values = np.where(mine[columns] == user, -np.inf, values)
            if len(values) > n:
                best = np.argpartition(values, len(values) - n)[-n:]
                columns, values = columns[best], values[best]
            order = np.lexsort((columns, -values))
            order = order[values[order] > -np.inf]
            items[user, : len(order)] = columns[order]
    return items


def ours(X: sparse.csr_matrix, threads: int) -> tuple[float, float, np.ndarray]:
    from utils import neighbours

    started = time.perf_counter()
    W = neighbours.cosine_neighbours(X, K, threads)
    fitted = time.perf_counter()
    items = recommend_all(X, W, N)
    return fitted - started, time.perf_counter() - fitted, items


def implicits(X: sparse.csr_matrix, threads: int) -> tuple[float, float, np.ndarray]:
    from implicit.nearest_neighbours import CosineRecommender

    started = time.perf_counter()
    model = CosineRecommender(K=K, num_threads=threads)
    model.fit(X, show_progress=False)
    fitted = time.perf_counter()
    items, _ = model.recommend(np.arange(X.shape[0]), X, N=N, filter_already_liked_items=True)
    return fitted - started, time.perf_counter() - fitted, items


def child(who: str, matrix: str, threads: str, out: str) -> None:
    X = sparse.csr_matrix(sparse.load_npz(matrix))
    fit, recommend, items = {"ours": ours, "implicit": implicits}[who](X, int(threads))
    np.save(out, items)
    print(json.dumps({"fit": fit, "recommend": recommend, "peak_MB": peak_megabytes()}))


def peak_megabytes() -> float:
    # The peak of this process alone; getrusage would begin with that of the one it came from.
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main() -> None:
    import _peers

    python = _peers.environment("implicit", "numpy", "scipy")
    print(_peers.machine())
    print(f"{'data':<18}{'threads':>8}{'who':>10}{'fit s':>8}{'lists s':>9}{'MB':>7}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for name, make in (("Complete Journey", complete_journey), ("synthetic", synthetic)):
            matrix = Path(folder) / "matrix.npz"
            sparse.save_npz(matrix, make())
            for threads in (1, 2):
                rows, lists = {}, {}
                for who, which in (("ours", sys.executable), ("implicit", python)):
                    out = Path(folder) / f"{who}.npy"
                    args = (Path(__file__), "--child", who, matrix, threads, out)
                    rows[who], lists[who] = (
                        _peers.measure(which, *args, threads=threads),
                        np.load(out),
                    )
                total = {who: row["fit"] + row["recommend"] for who, row in rows.items()}
                for who, row in rows.items():
                    ratio = f"{total['implicit'] / total['ours']:.2f}" if who == "ours" else ""
                    print(
                        f"{name:<18}{threads:>8}{who:>10}{row['fit']:>8.2f}{row['recommend']:>9.2f}"
                        f"{row['peak_MB']:>7.0f}{ratio:>8}"
                    )
                _peers.report(
                    f"item neighbours, fit and lists for all, {name}, {threads} threads",
                    "peak MB",
                    "implicit",
                    quality=(rows["ours"]["peak_MB"], rows["implicit"]["peak_MB"]),
                    seconds=(total["ours"], total["implicit"]),
                    less_is_better=True,
                )
                print(f"{'':<18}the lists agree on {overlap(*lists.values()):.2%} of their items")


def overlap(a: np.ndarray, b: np.ndarray, n_users: int = 5000) -> float:
    pairs = zip(a[:n_users].tolist(), b[:n_users].tolist(), strict=True)
    return float(np.mean([len(set(x) & set(y)) / N for x, y in pairs]))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
