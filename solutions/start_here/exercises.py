"""The first exercise."""

from __future__ import annotations

from solutions.start_here import misconceptions as wrong
from solutions.start_here import reference
from utils.exercises import Property, WriteIt


def _receipts(rng, n_lines=12):
    baskets = rng.integers(1, 6, n_lines)
    sales = (rng.integers(50, 2000, n_lines) / 100).tolist()
    return [int(basket) for basket in baskets], [float(value) for value in sales]


def _with_free_basket(rng):
    baskets, sales = _receipts(rng)
    return [([*baskets, 9], [*sales, 0.0])]


average_basket = WriteIt(
    reference=reference.average_basket,
    points=1,
    minutes=3,
    level="junior",
    properties=(
        Property(
            "values",
            "total sales over the number of different baskets",
            lambda rng: [_receipts(rng), _receipts(rng, 20), _receipts(rng, 7)],
        ),
        Property("free_basket_counts", "a basket that cost nothing is a basket", _with_free_basket),
        Property("nan_on_empty", "without a line there is no mean", lambda rng: [([], [])]),
    ),
    misconceptions=(
        wrong.mean_of_lines,
        wrong.only_lines_that_stand_together,
        wrong.total_instead_of_mean,
        wrong.zero_when_there_is_nothing,
        wrong.crash_when_there_is_nothing,
        wrong.median_basket,
        wrong.free_baskets_left_out,
    ),
)
