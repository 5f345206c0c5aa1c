"""Propensity: the topic's public functions."""

from solutions.propensity.reference import (
    asof_features,
    break_persona,
    build_labels,
    calibration_table,
    choose_offers,
    ece_floor,
    kill_asof,
    logistic_loss_grad,
    propensity_scores,
    recalibrate,
)

__all__ = [
    "asof_features",
    "break_persona",
    "build_labels",
    "calibration_table",
    "choose_offers",
    "ece_floor",
    "kill_asof",
    "logistic_loss_grad",
    "propensity_scores",
    "recalibrate",
]
