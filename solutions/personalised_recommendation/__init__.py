"""Personalised recommendation: the topic's public functions."""

from solutions.personalised_recommendation.reference import (
    accept_model,
    als_user_step,
    break_basket_recommender,
    content_scores,
    hybrid_rank,
    in_batch_softmax_logq,
    item_similarity,
    itemcf_scores,
    kill_hybrid,
    recommend_discoveries,
)

__all__ = [
    "accept_model",
    "als_user_step",
    "break_basket_recommender",
    "content_scores",
    "hybrid_rank",
    "in_batch_softmax_logq",
    "item_similarity",
    "itemcf_scores",
    "kill_hybrid",
    "recommend_discoveries",
]
