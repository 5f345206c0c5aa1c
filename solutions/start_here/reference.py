"""One small function, to get to know how exercises are checked."""


def average_basket(basket_ids: list[int], sales: list[float]) -> float:
    """What a basket is worth on average.

    Parameters
    ----------
    basket_ids : list of int
        For each line of the receipts, which basket it belongs to. The lines of a basket need not
        stand together.
    sales : list of float
        What each line cost, in USD. A line may cost nothing. Both lists are left as they are.

    Returns
    -------
    value : float
        Total sales over the number of different baskets; NaN when there is no line.

    Examples
    --------
    Basket 7 cost 2 + 3 = 5 dollars and basket 8 cost 9, so the mean is 7.

    >>> average_basket([7, 8, 7], [2.0, 9.0, 3.0])
    7.0
    """
    return sum(sales) / len(set(basket_ids)) if basket_ids else float("nan")
