"""Risk control: the topic's public functions."""

from solutions.risk_control.reference import (
    average_precision,
    break_review_list,
    kill_matured_split,
    matured_time_split,
    review_decision,
    review_queue,
    risk_scores,
    risk_tier,
    robust_z,
    velocity_count,
)

__all__ = [
    "average_precision",
    "break_review_list",
    "kill_matured_split",
    "matured_time_split",
    "review_decision",
    "review_queue",
    "risk_scores",
    "risk_tier",
    "robust_z",
    "velocity_count",
]
