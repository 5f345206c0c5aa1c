"""Neighbourhoods in blocks say what the dense definitions say."""

import numpy as np
import pytest
from scipy import sparse

from utils import neighbours, ranking


@pytest.fixture(params=["likes", "likes and dislikes"])
def X(request):
    rng = np.random.default_rng(4)
    X = sparse.random(60, 40, density=0.2, format="csr", rng=rng)
    if request.param == "likes and dislikes":
        X.data *= rng.choice([-1, 1], X.nnz)
    return X


@pytest.mark.parametrize(("entries", "dense"), [(50, 2), (10**6, 2), (1, 0), (1, 0.5)])
@pytest.mark.parametrize("n_threads", [1, 2])
def test_neighbours_are_the_largest_cosines(X, monkeypatch, entries, dense, n_threads):
    monkeypatch.setattr(neighbours, "BLOCK_ENTRIES", entries)
    monkeypatch.setattr(neighbours, "DENSE_SHARE", dense)
    monkeypatch.setattr(neighbours, "DENSE_SIDE", 9)
    W = neighbours.cosine_neighbours(X, 7, n_threads).toarray()
    dense = X.toarray()
    norms = np.linalg.norm(dense, axis=0)
    cosine = dense.T @ dense / np.outer(norms, norms)
    for row, kept in zip(cosine, W, strict=True):
        assert np.allclose(np.sort(kept)[-7:], np.sort(row)[-7:])
        assert np.count_nonzero(kept) == 7


@pytest.mark.parametrize("dense", [2, 0])
def test_there_may_be_fewer_items_than_neighbours(X, monkeypatch, dense):
    monkeypatch.setattr(neighbours, "DENSE_SHARE", dense)
    monkeypatch.setattr(neighbours, "DENSE_SIDE", 9)
    all_of_them = neighbours.cosine_neighbours(X, 40).toarray()
    assert np.array_equal(neighbours.cosine_neighbours(X, 100).toarray(), all_of_them)


def test_items_that_share_nobody_are_no_neighbours():
    X = sparse.csr_matrix([[1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    W = neighbours.cosine_neighbours(X, 2).toarray()
    assert np.array_equal(W, [[1, 0, 1], [0, 0, 0], [1, 0, 1]])


def test_ranking_prefers_the_first_of_equals_and_leaves_out_the_excluded():
    scores = np.array([[1.0, 2.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    assert ranking.top_columns(scores, 2).tolist() == [[1, 2], [0, 1]]
    excluded = np.array([[False, True, False, False], [True, True, True, False]])
    assert ranking.top_columns(scores, 2, excluded).tolist() == [[2, 0], [3, 0]]


def test_ndcg_by_hand():
    relevant = sparse.csr_matrix([[1, 0, 1, 0], [0, 0, 0, 0]])
    ndcg = ranking.ndcg_of_rows(np.array([[1, 2, 0], [0, 1, 2]]), relevant)
    by_hand = (1 / np.log2(3) + 1 / np.log2(4)) / (1 + 1 / np.log2(3))
    assert ndcg[0] == pytest.approx(by_hand)
    assert np.isnan(ndcg[1])


def test_interval_is_paired():
    rng = np.random.default_rng(0)
    common = rng.normal(0, 10, 500)
    a, b = common + rng.normal(0.1, 0.5, 500), common + rng.normal(0, 0.5, 500)
    mean, low, high = ranking.paired_interval(a, b)
    standard_error = (a - b).std(ddof=1) / np.sqrt(500)
    assert mean == pytest.approx((a - b).mean())
    assert high - low == pytest.approx(2 * 1.96 * standard_error, rel=0.1)
    a[0] = np.nan
    assert ranking.paired_interval(a, b)[0] == pytest.approx((a - b)[1:].mean())


def test_unequal_numbers_of_units_are_no_pairs():
    with pytest.raises(ValueError, match="there are 1 and 2"):
        ranking.paired_interval(np.ones(1), np.ones(2))
