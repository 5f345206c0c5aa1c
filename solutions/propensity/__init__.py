"""Propensity: the topic's public functions."""

from solutions.propensity.reference import (
    asof_features,
    break_persona,
    build_labels,
    calibration_table,
    choose_offers,
    kill_asof,
    lift_at,
    logistic_loss_grad,
    positive_proba,
    propensity_scores,
)

__all__ = [
    "asof_features",
    "break_persona",
    "build_labels",
    "calibration_table",
    "choose_offers",
    "kill_asof",
    "lift_at",
    "logistic_loss_grad",
    "positive_proba",
    "propensity_scores",
]
