"""Risk control: the topic's public functions."""

from solutions.risk_control.reference import (
    average_precision,
    break_review_list,
    cheapest_action,
    kill_matured_split,
    matured_time_split,
    prior_correct,
    review_queue,
    ring_of,
    risk_scores,
    velocity_count,
    weighted_rate,
)

__all__ = [
    "average_precision",
    "break_review_list",
    "cheapest_action",
    "kill_matured_split",
    "matured_time_split",
    "prior_correct",
    "review_queue",
    "ring_of",
    "risk_scores",
    "velocity_count",
    "weighted_rate",
]
