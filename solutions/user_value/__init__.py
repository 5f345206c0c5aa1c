"""User value: the topic's public functions."""

from solutions.user_value.reference import (
    break_profile,
    coverage_by_value,
    household_profile,
    kill_rfm,
    leak_audit,
    rfm_scores,
    share_of_wallet,
    to_local_day,
)

__all__ = [
    "break_profile",
    "coverage_by_value",
    "household_profile",
    "kill_rfm",
    "leak_audit",
    "rfm_scores",
    "share_of_wallet",
    "to_local_day",
]
