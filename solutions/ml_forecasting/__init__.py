"""Forecasting with regression, blending, and what to order."""

from solutions.ml_forecasting.reference import (
    break_blend,
    detrended_tree,
    direct_forecast,
    inverse_mse_weights,
    kill_features,
    order_departments,
    order_quantity,
    origin_features,
)

__all__ = [
    "break_blend",
    "detrended_tree",
    "direct_forecast",
    "inverse_mse_weights",
    "kill_features",
    "order_departments",
    "order_quantity",
    "origin_features",
]
