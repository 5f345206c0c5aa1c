"""Personalised recommendation: the topic's public functions."""

from solutions.personalised_recommendation.reference import (
    accept_model,
    break_basket_recommender,
    calibrated_list,
    content_scores,
    hybrid_rank,
    in_batch_softmax_logq,
    item_similarity,
    itemcf_scores,
    kill_hybrid,
    rank_with_ties,
    recommend_discoveries,
    retrieve_rank_rerank,
)

__all__ = [
    "accept_model",
    "break_basket_recommender",
    "calibrated_list",
    "content_scores",
    "hybrid_rank",
    "in_batch_softmax_logq",
    "item_similarity",
    "itemcf_scores",
    "kill_hybrid",
    "rank_with_ties",
    "recommend_discoveries",
    "retrieve_rank_rerank",
]
