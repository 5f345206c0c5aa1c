"""Budget allocation: the topic's public functions."""

from solutions.budget_allocation.reference import (
    allocate_budget,
    allocate_coupons,
    break_budget,
    efficient_steps,
    gain_and_cost,
    gain_bound,
    kill_allocation,
    monotone_response,
    plan_effect,
    price_now,
    price_of_budget,
)

__all__ = [
    "allocate_budget",
    "allocate_coupons",
    "break_budget",
    "efficient_steps",
    "gain_and_cost",
    "gain_bound",
    "kill_allocation",
    "monotone_response",
    "plan_effect",
    "price_now",
    "price_of_budget",
]
