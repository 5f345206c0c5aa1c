"""User-based collaborative filtering: the topic's public functions."""

from solutions.collaborative_filtering.reference import (
    bias_baseline,
    bpr_step,
    break_recommender,
    cosine_similarity_matrix,
    kill_cf,
    predict_rating,
    recommend,
    recommend_new_items,
    recommend_sparse,
    significance_weighting,
    top_k_neighbours,
)

__all__ = [
    "bias_baseline",
    "bpr_step",
    "break_recommender",
    "cosine_similarity_matrix",
    "kill_cf",
    "predict_rating",
    "recommend",
    "recommend_new_items",
    "recommend_sparse",
    "significance_weighting",
    "top_k_neighbours",
]
