"""User value: the topic's public functions."""

from solutions.user_value.reference import (
    break_profile,
    coverage_by_value,
    household_profile,
    kill_rfm,
    leak_audit,
    point_in_time_join,
    population_asof,
    rfm_scores,
    to_local_day,
)

__all__ = [
    "break_profile",
    "coverage_by_value",
    "household_profile",
    "kill_rfm",
    "leak_audit",
    "point_in_time_join",
    "population_asof",
    "rfm_scores",
    "to_local_day",
]
