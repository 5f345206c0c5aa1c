"""Experiments and bandits: the topic's public functions."""

from solutions.experiments_and_bandits.reference import (
    ab_readout,
    break_memo,
    coupon_policy,
    cuped,
    first_crossing,
    ips_snips_ess,
    kill_uplift,
    ratio_interval,
    t_learner_uplift,
    thompson_step,
    uplift_at_k,
)

__all__ = [
    "ab_readout",
    "break_memo",
    "coupon_policy",
    "cuped",
    "first_crossing",
    "ips_snips_ess",
    "kill_uplift",
    "ratio_interval",
    "t_learner_uplift",
    "thompson_step",
    "uplift_at_k",
]
