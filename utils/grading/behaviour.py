"""What a wrong answer does, in one word: the same for answers that do the same on every call.

Two learners who make the same mistake seldom write the same code, and rarely compute the same last
digit. So right calls count as right, and values are compared to nine significant digits.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from utils.execution import plain
from utils.execution.outcomes import Outcome, Stop
from utils.execution.plain import Opaque
from utils.exercises import Exercise
from utils.exercises.attempt import Attempt, sheet

DIGITS = 9


def of(exercise: Exercise, outcomes: Sequence[Outcome], seed: int) -> str:
    """The word for what an answer does on ``inputs(seed)``.

    Returns
    -------
    str
        Empty where nothing follows from it: an answer that did not finish, whose value is no plain
        data, or that cannot be judged.
    """
    if any(_says_nothing(each) for each in outcomes):
        return ""
    try:
        rights = Attempt(sheet(exercise, seed), outcomes).rights
        done = [_done(each, right) for each, right in zip(outcomes, rights, strict=True)]
    except MemoryError:
        raise
    except Exception:
        return ""
    return hashlib.sha256(b"\0".join([exercise.name.encode(), *done])).hexdigest()[:10]


def _says_nothing(outcome: Outcome) -> bool:
    return outcome.failed_by in tuple(Stop) or isinstance(outcome.value, Opaque)


def _done(outcome: Outcome, right: bool) -> bytes:
    if outcome.failure:
        return b"right" if right else outcome.failure.kind.encode()
    said = b"right" if right else plain.to_bytes(coarse(outcome.value))
    return said + (b", arguments changed" if outcome.after is not None else b"")


def coarse(value: Any) -> Any:
    """A value to nine significant digits; an integer and the float that equals it are one.

    Examples
    --------
    >>> coarse([0.1 + 0.2, 3]) == coarse([0.3, 3.0])
    True
    """
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return float(f"{value:.{DIGITS}g}")
    if isinstance(value, (list, tuple)):
        return type(value)(map(coarse, value))
    if isinstance(value, dict):
        return {key: coarse(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return _rounded(value) if value.dtype.kind in "iuf" else value
    if isinstance(value, pd.Series):
        return pd.Series(coarse(value.to_numpy()), value.index, name=value.name)
    if isinstance(value, pd.DataFrame):
        columns = [coarse(value.iloc[:, j]) for j in range(value.shape[1])]
        return pd.concat(columns, axis=1) if columns else value
    return value


def _rounded(values: np.ndarray) -> np.ndarray:
    numbers = values.astype(float)
    with np.errstate(all="ignore"):
        size = np.floor(np.log10(np.abs(numbers)))
        unit = 10.0 ** (DIGITS - 1 - np.where(np.isfinite(size), size, 0))
        found = np.round(numbers * unit) / unit
    return np.where(np.isfinite(found), found, numbers)
