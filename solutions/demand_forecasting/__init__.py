"""Demand forecasting: a defensible baseline, then ARIMA."""

from solutions.demand_forecasting.reference import (
    ar_fit,
    ar_forecast,
    break_backtest,
    difference,
    forecast_sales,
    inverse_difference,
    kill_mase,
    make_windows,
    mase,
    rolling_origin,
    seasonal_naive,
    select_arima,
)

__all__ = [
    "ar_fit",
    "ar_forecast",
    "break_backtest",
    "difference",
    "forecast_sales",
    "inverse_difference",
    "kill_mase",
    "make_windows",
    "mase",
    "rolling_origin",
    "seasonal_naive",
    "select_arima",
]
