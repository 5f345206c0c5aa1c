"""Designing and judging a recommender: the topic's public functions."""

from solutions.recommender_design.reference import (
    break_evaluation,
    kill_ndcg,
    mmr_rerank,
    ndcg_at_k,
    paired_bootstrap_ci,
    popularity_topk,
    precision_recall_at_k,
    signal_strength,
    temporal_split,
)

__all__ = [
    "break_evaluation",
    "kill_ndcg",
    "mmr_rerank",
    "ndcg_at_k",
    "paired_bootstrap_ci",
    "popularity_topk",
    "precision_recall_at_k",
    "signal_strength",
    "temporal_split",
]
