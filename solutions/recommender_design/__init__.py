"""Designing and judging a recommender: the topic's public functions."""

from solutions.recommender_design.reference import (
    break_evaluation,
    coverage_and_gini,
    kill_ndcg,
    ndcg_at_k,
    paired_bootstrap_ci,
    plan_funnel,
    popularity_topk,
    precision_recall_at_k,
    temporal_split,
)

__all__ = [
    "break_evaluation",
    "coverage_and_gini",
    "kill_ndcg",
    "ndcg_at_k",
    "paired_bootstrap_ci",
    "plan_funnel",
    "popularity_topk",
    "precision_recall_at_k",
    "temporal_split",
]
