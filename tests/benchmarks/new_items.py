"""Recommend new products for every household: our hybrid against implicit's and LensKit's models.

    python tests/benchmarks/new_items.py

The task of chapters 3 and 4: learn from weeks 1 to 44, recommend ten products that a household has
never bought, judged by weeks 45 to 53. Each model is fitted and asked in a fresh process; seconds
are for fitting and all lists together. The interval is of the paired difference from our hybrid.

The peers' settings are those that did best in trials on this task; ours were chosen on it too.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy import sparse

N = 10
IMPLICIT = {
    "implicit ALS": ("als", {"factors": 64, "regularization": 0.05, "iterations": 15}),
    "implicit BPR": ("bpr", {"factors": 64, "iterations": 100}),
    "implicit BM25": ("bm25", {"K": 200}),
    "implicit cosine": ("cosine", {"K": 100}),
}
LENSKIT = {
    "LensKit item-kNN": "item",
    "LensKit user-kNN": "user",
    "LensKit ALS": "als",
    "LensKit popularity": "pop",
}


def ours(X: sparse.csr_matrix, _: str) -> np.ndarray:
    from solutions.personalised_recommendation.reference import recommend_discoveries

    return recommend_discoveries(X, list(range(X.shape[0])), N)


def implicits(X: sparse.csr_matrix, name: str) -> np.ndarray:
    from implicit.als import AlternatingLeastSquares
    from implicit.bpr import BayesianPersonalizedRanking
    from implicit.nearest_neighbours import BM25Recommender, CosineRecommender

    kind, settings = IMPLICIT[name]
    strength = sparse.csr_matrix(X, dtype=np.float32)
    strength.data = np.log1p(strength.data)
    if kind == "als":
        model = AlternatingLeastSquares(random_state=0, num_threads=2, **settings)
    elif kind == "bpr":
        model = BayesianPersonalizedRanking(random_state=0, num_threads=2, **settings)
    elif kind == "bm25":
        model = BM25Recommender(num_threads=2, **settings)
    else:
        model = CosineRecommender(num_threads=2, **settings)
        strength.data[:] = 1
    model.fit(strength, show_progress=False)
    users = np.arange(X.shape[0])
    return model.recommend(users, strength, N=N, filter_already_liked_items=True)[0]


def lenskits(X: sparse.csr_matrix, name: str) -> np.ndarray:
    import pandas as pd
    from lenskit.als import ImplicitMFScorer
    from lenskit.basic import PopScorer
    from lenskit.batch import recommend
    from lenskit.data import from_interactions_df
    from lenskit.knn import ItemKNNScorer, UserKNNScorer
    from lenskit.pipeline import topn_pipeline

    scorer = {
        "item": lambda: ItemKNNScorer(max_nbrs=100, feedback="implicit"),
        "user": lambda: UserKNNScorer(max_nbrs=100, feedback="implicit"),
        "als": lambda: ImplicitMFScorer(embedding_size=64),
        "pop": PopScorer,
    }[LENSKIT[name]]()
    coo = X.tocoo()
    data = from_interactions_df(pd.DataFrame({"user_id": coo.row, "item_id": coo.col}))
    pipe = topn_pipeline(scorer)
    pipe.train(data)
    lists = recommend(pipe, list(range(X.shape[0])), N, n_jobs=1)
    items = np.full((X.shape[0], N), -1)
    for key, found in lists.items():
        ids = np.asarray(found.ids())[:N]
        items[key.user_id, : len(ids)] = ids
    return items


def child(who: str, name: str, matrix: str, out: str) -> None:
    X = sparse.csr_matrix(sparse.load_npz(matrix))
    run = {"ours": ours, "implicit": implicits, "lenskit": lenskits}[who]
    # Libraries are imported before the clock starts: a first call on a few rows does that.
    run(X[:200], name)
    started = time.perf_counter()
    items = run(X, name)
    np.save(out, items)
    print(json.dumps({"seconds": time.perf_counter() - started}))


def main() -> None:
    import _peers

    from utils import data, ranking

    lines = data.transactions("household_id", "basket_id", "product_id", "week")
    split = data.split_purchases(lines, last_week=44, until=53, min_buyers=30)
    before, after = (counts.matrix for counts in split)
    new = sparse.csr_matrix(after - after.multiply(before > 0))
    new.eliminate_zeros()
    pythons = {
        "ours": sys.executable,
        "implicit": _peers.environment("implicit", "numpy", "scipy"),
        "lenskit": _peers.environment("torch==2.13.0", "lenskit"),
    }
    models = [("ours", "our hybrid"), *(("implicit", m) for m in IMPLICIT)]
    models += [("lenskit", m) for m in LENSKIT]
    print(_peers.machine())
    print(f"{'model':<20}{'NDCG@10':>9}{'minus ours':>12}{'95 % interval':>20}{'s':>8}{'ratio':>8}")
    first = None
    with tempfile.TemporaryDirectory() as folder:
        matrix, out = Path(folder) / "matrix.npz", Path(folder) / "items.npy"
        sparse.save_npz(matrix, before)
        for who, name in models:
            args = ("--child", who, name, matrix, out)
            try:
                row = _peers.measure(pythons[who], Path(__file__), *args, threads=2)
            except Exception as error:
                print(f"{name:<20} did not run ({type(error).__name__})")
                continue
            ndcg = ranking.ndcg_of_rows(np.load(out), new)
            first = first or (ndcg, row["seconds"])
            if who != "ours":
                _peers.report(
                    "new products for every household",
                    "NDCG@10",
                    name,
                    quality=(np.nanmean(first[0]), np.nanmean(ndcg)),
                    seconds=(first[1], row["seconds"]),
                )
            mean, low, high = ranking.paired_interval(ndcg, first[0])
            print(
                f"{name:<20}{np.nanmean(ndcg):>9.4f}{mean:>12.4f}{f'[{low:.4f}, {high:.4f}]':>20}"
                f"{row['seconds']:>8.1f}{row['seconds'] / first[1]:>8.2f}"
            )


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        child(*sys.argv[2:])
    else:
        main()
