"""Known wrong answers: the name names the mistake, the docstring is what a learner reads."""

from itertools import groupby
from statistics import median

from solutions.start_here import reference


def mean_of_lines(basket_ids, sales):
    """You divided by the number of lines. A basket has several: count different baskets."""
    return sum(sales) / len(sales) if sales else float("nan")


def only_lines_that_stand_together(basket_ids, sales):
    """A basket was counted again each time its lines were interrupted: its lines need not stand
    together, so count different numbers.
    """
    n_baskets = len(list(groupby(basket_ids)))
    return sum(sales) / n_baskets if n_baskets else float("nan")


def total_instead_of_mean(basket_ids, sales):
    """You returned the total: divide by the number of different baskets."""
    return float(sum(sales)) if sales else float("nan")


def zero_when_there_is_nothing(basket_ids, sales):
    """No basket has no mean. A 0 says that baskets are worth nothing: return NaN."""
    return reference.average_basket(basket_ids, sales) if basket_ids else 0.0


def crash_when_there_is_nothing(basket_ids, sales):
    """Without a line the number of baskets is 0, and you divided by it: return NaN then."""
    return sum(sales) / len(set(basket_ids))


def median_basket(basket_ids, sales):
    """You took the median of the baskets; the question asks for the mean."""
    totals: dict[int, float] = {}
    for basket, value in zip(basket_ids, sales, strict=True):
        totals[basket] = totals.get(basket, 0.0) + value
    return median(totals.values()) if totals else float("nan")


def free_baskets_left_out(basket_ids, sales):
    """Lines that cost nothing were left out, and with them whole baskets: a basket that was paid
    with coupons is a basket.
    """
    paid = [(basket, value) for basket, value in zip(basket_ids, sales, strict=True) if value]
    return reference.average_basket([basket for basket, _ in paid], [value for _, value in paid])
