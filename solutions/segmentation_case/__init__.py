"""The segmentation case: the topic's public functions."""

from solutions.segmentation_case.reference import (
    assign_segments,
    bgnbd_neg_log_likelihood,
    bootstrap_stability,
    break_segmentation,
    kill_retention,
    kmeans_segments,
    migration_matrix,
    normalised_gini,
    payback_month,
    predict_spend,
    retention_curve,
    survival_curve,
    winback_itt,
    ziln_loss,
)

__all__ = [
    "assign_segments",
    "bgnbd_neg_log_likelihood",
    "bootstrap_stability",
    "break_segmentation",
    "kill_retention",
    "kmeans_segments",
    "migration_matrix",
    "normalised_gini",
    "payback_month",
    "predict_spend",
    "retention_curve",
    "survival_curve",
    "winback_itt",
    "ziln_loss",
]
