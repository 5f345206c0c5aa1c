"""Forecasting with regression, intervals, blending, and what to order."""

from solutions.ml_forecasting.reference import (
    break_blend,
    conformal_interval,
    direct_forecast,
    inverse_mse_weights,
    kill_features,
    order_departments,
    order_quantity,
    origin_features,
    pinball_loss,
    pooled_forecast,
)

__all__ = [
    "break_blend",
    "conformal_interval",
    "direct_forecast",
    "inverse_mse_weights",
    "kill_features",
    "order_departments",
    "order_quantity",
    "origin_features",
    "pinball_loss",
    "pooled_forecast",
]
