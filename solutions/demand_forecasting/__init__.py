"""Demand forecasting: a defensible baseline, then ARIMA."""

from solutions.demand_forecasting.reference import (
    ar_forecast,
    back_transform,
    break_backtest,
    forecast_sales,
    holiday_columns,
    holt_winters,
    kill_mase,
    mase,
    rolling_origin,
    select_arima,
)

__all__ = [
    "ar_forecast",
    "back_transform",
    "break_backtest",
    "forecast_sales",
    "holiday_columns",
    "holt_winters",
    "kill_mase",
    "mase",
    "rolling_origin",
    "select_arima",
]
