"""What is wrong with a small input that a learner made up, for exercises of the kind *break it*."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from utils.exercises.equality import is_whole
from utils.translation import translated


def problem_with_table(table: Any, largest: int, values: Sequence[int], what: str) -> str:
    """What is wrong with a small table, in one sentence; empty if nothing.

    Parameters
    ----------
    table : object
        Should be rows of equal length.
    largest : int
        The most rows and the most columns that somebody can check by hand.
    values : sequence of int
        What may stand in the table.
    what : str
        The sentence that says so.
    """
    try:
        cells = np.asarray(table)
    except ValueError:
        return translated("the rows of R, the first of the values, are of one length")
    if cells.ndim != 2:
        return translated("R, the first of the values, is a table: a list of rows of equal length")
    if not 1 <= max(cells.shape) <= largest:
        return translated("R has at most {n} rows and {n} columns", n=largest)
    if cells.dtype.kind not in "iuf" or not np.isin(cells, values).all():
        return what
    return ""


def problem_with_days(y: Any) -> str:
    """What is wrong with a short series, in one sentence; empty if nothing.

    Parameters
    ----------
    y : object
        Should be at most 20 days, each a whole number from 0 to 99.
    """
    if not isinstance(y, (tuple, list, np.ndarray)) or np.ndim(y) == 0 or len(y) > 20:
        return translated("y is a list of at most 20 days")
    if not all(is_whole(day) and 0 <= day <= 99 for day in y):
        return translated("a day is a whole number from 0 to 99")
    return ""
