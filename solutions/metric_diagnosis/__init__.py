"""Metric diagnosis: the topic's public functions."""

from solutions.metric_diagnosis.reference import (
    adjusted_difference,
    break_diagnosis,
    find_cause,
    gmv_effects,
    kill_decomposition,
    mix_and_rate,
    weekday_band,
)

__all__ = [
    "adjusted_difference",
    "break_diagnosis",
    "find_cause",
    "gmv_effects",
    "kill_decomposition",
    "mix_and_rate",
    "weekday_band",
]
