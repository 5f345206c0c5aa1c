"""User-based collaborative filtering: the topic's public functions."""

from solutions.collaborative_filtering.reference import (
    break_recommender,
    cosine_similarity_matrix,
    kill_cf,
    predict_rating,
    recommend,
    recommend_new_items,
    recommend_sparse,
    top_k_neighbours,
)

__all__ = [
    "break_recommender",
    "cosine_similarity_matrix",
    "kill_cf",
    "predict_rating",
    "recommend",
    "recommend_new_items",
    "recommend_sparse",
    "top_k_neighbours",
]
