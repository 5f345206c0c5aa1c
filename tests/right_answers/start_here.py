"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import numpy as np
import pandas as pd


def average_basket__pandas(basket_ids, sales):
    return pd.Series(sales, dtype=float).groupby(np.array(basket_ids, dtype=int)).sum().mean()


def average_basket__dictionary(basket_ids, sales):
    totals = {}
    for basket, value in zip(basket_ids, sales, strict=True):
        totals.setdefault(basket, []).append(value)
    if not totals:
        return float("nan")
    return sum(map(sum, totals.values())) / len(totals)
