"""The segmentation case: the topic's public functions."""

from solutions.segmentation_case.reference import (
    assign_segments,
    bgnbd_neg_log_likelihood,
    bootstrap_stability,
    break_segmentation,
    kill_retention,
    kmeans_segments,
    migration_matrix,
    predict_spend,
    retention_curve,
    winback_itt,
)

__all__ = [
    "assign_segments",
    "bgnbd_neg_log_likelihood",
    "bootstrap_stability",
    "break_segmentation",
    "kill_retention",
    "kmeans_segments",
    "migration_matrix",
    "predict_spend",
    "retention_curve",
    "winback_itt",
]
