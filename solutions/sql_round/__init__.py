"""The SQL round: the topic's public functions."""

from solutions.sql_round.reference import (
    break_campaign_report,
    campaign_report,
    current_orders,
    day_retention,
    features_as_of,
    kill_sessions,
    level_history,
    longest_streak,
    median_basket,
    peak_online,
    purchase_funnel,
    rolling_active,
    silent_households,
    top_products,
)

__all__ = [
    "break_campaign_report",
    "campaign_report",
    "current_orders",
    "day_retention",
    "features_as_of",
    "kill_sessions",
    "level_history",
    "longest_streak",
    "median_basket",
    "peak_online",
    "purchase_funnel",
    "rolling_active",
    "silent_households",
    "top_products",
]
