"""Natural answers to notebook 09, written from the statements alone."""

import math
from collections import Counter, defaultdict, deque
from decimal import Decimal
from fractions import Fraction
from functools import partial
import numpy as np
import pandas as pd
from scipy import sparse, special
from scipy.sparse import csgraph
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    IsolationForest,
    RandomForestClassifier,
)
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from collections import defaultdict
from scipy import sparse
import functools
import heapq
import itertools
import random
import warnings
from scipy import special
from sklearn.metrics import average_precision_score
import bisect
import decimal
from collections import Counter, defaultdict
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from scipy.cluster.hierarchy import DisjointSet
from scipy.special import expit
from scipy.special import logit
from sklearn.metrics import roc_curve
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components


UNSURE = {}

# ---------------------------------------------------------------- 9.1 break_review_list


def _review_base(defect):
    return {
        "half_is_the_threshold": ([0.1], [1000.0], 5.0, 1),
        "probability_rounded": ([0.4], [100.0], 5.0, 1),
        "amount_forgotten": ([0.1, 0.9], [1000.0, 10.0], 5.0, 1),
        "largest_amount_first": ([0.01, 0.9], [1000.0, 100.0], 5.0, 1),
        "cost_forgotten": ([0.01], [10.0], 5.0, 1),
        "wrong_column": ([0.9], [10.0], 5.0, 1),
    }[defect]


def break_review_list__right_minimal(defect):
    return _review_base(defect)


def break_review_list__right_one_case_for_many(defect):
    if defect == "cost_forgotten":
        return [0.5, 0.001], [100.0, 20.0], 5.0, 2
    if defect == "half_is_the_threshold":
        return [0.9, 0.4], [2.0, 900.0], 10.0, 8
    return [0.2, 0.9, 0.45], [900.0, 30.0, 500.0], 5.0, 3


def break_review_list__right_random_search(defect):
    def listing(p, a, c, n, bug=None):
        p = np.array(p)
        a = np.array(a)
        if bug == "wrong_column":
            p = 1 - p
        if bug == "probability_rounded":
            p = (p >= 0.5).astype(float)
        loss = p * a
        ok = loss >= c
        if bug == "half_is_the_threshold":
            ok = p >= 0.5
        if bug == "cost_forgotten":
            ok = np.ones(len(p), bool)
        key = {"amount_forgotten": p, "largest_amount_first": a}.get(bug, loss)
        return [int(i) for i in np.argsort(-key, kind="stable") if ok[i]][:n]

    rng = np.random.default_rng(0)
    while True:
        p = rng.random(4).round(2).tolist()
        a = rng.integers(1, 200, 4).astype(float).tolist()
        c, n = float(rng.integers(5, 60)), int(rng.integers(1, 5))
        if listing(p, a, c, n) != listing(p, a, c, n, defect):
            return p, a, c, n


def break_review_list__right_eight_orders(defect):
    p = [0.05, 0.95, 0.3, 0.6, 0.45, 0.8, 0.02, 0.5]
    amount = [1000.0, 8.0, 200.0, 90.0, 300.0, 20.0, 60.0, 12.0]
    return p, amount, 10.0, 8


def break_review_list__wrong_half_cheap_order(defect):
    """For half_is_the_threshold, p is above 0.5 and the loss above the cost, so both rules keep it."""
    if defect == "half_is_the_threshold":
        return [0.9, 0.6], [100.0, 50.0], 5.0, 2
    return _review_base(defect)


def break_review_list__wrong_rounded_all_above_half(defect):
    """For probability_rounded, both p are above one half and the amounts have the same order: nothing changes."""
    if defect == "probability_rounded":
        return [0.9, 0.6], [100.0, 50.0], 5.0, 2
    return _review_base(defect)


def break_review_list__wrong_same_order_by_p(defect):
    """For amount_forgotten the largest p also has the largest p * amount, so both lists are the same."""
    if defect == "amount_forgotten":
        return [0.9, 0.2], [500.0, 100.0], 5.0, 2
    return _review_base(defect)


def break_review_list__wrong_unworthy_likely_order(defect):
    """For amount_forgotten the likely order is not worth a review, so it is filtered out before the order matters."""
    if defect == "amount_forgotten":
        return [0.9, 0.1], [5.0, 1000.0], 10.0, 2
    return _review_base(defect)


def break_review_list__wrong_largest_is_riskiest(defect):
    """For largest_amount_first the largest amount also has the largest expected loss."""
    if defect == "largest_amount_first":
        return [0.1, 0.5], [1000.0, 100.0], 5.0, 2
    return _review_base(defect)


def break_review_list__wrong_cost_list_already_full(defect):
    """For cost_forgotten n is 1 and a worthwhile order takes the only place; forgetting the cost changes nothing."""
    if defect == "cost_forgotten":
        return [0.9, 0.01], [100.0, 10.0], 5.0, 1
    return _review_base(defect)


def break_review_list__wrong_cost_exactly_met(defect):
    """For cost_forgotten the loss equals the cost, and 'at least the cost' keeps the order: same list."""
    if defect == "cost_forgotten":
        return [0.5], [10.0], 5.0, 1
    return _review_base(defect)


def break_review_list__wrong_column_symmetric(defect):
    """For wrong_column p is 0.5, and 1 - 0.5 is 0.5 again: the list does not change."""
    if defect == "wrong_column":
        return [0.5, 0.5], [100.0, 50.0], 5.0, 2
    return _review_base(defect)


def break_review_list__wrong_amount_too_large(defect):
    """Everything times 50: costs of 250 USD (at most 100 allowed), amounts up to 50,000 (at most 1,000)."""
    p, amount, cost, n = _review_base(defect)
    return p, [a * 50 for a in amount], cost * 50, n


def break_review_list__wrong_p_in_percent(defect):
    """Probabilities are given in percent (10 instead of 0.1), outside 0 to 1."""
    p, amount, cost, n = _review_base(defect)
    return [100 * x for x in p], amount, cost, n


def break_review_list__wrong_cost_zero(defect):
    """The cost of a review is 0, which is not allowed (above 0); cost_forgotten cannot show then either."""
    p, amount, cost, n = _review_base(defect)
    return p, amount, 0.0, n


# ---------------------------------------------------------------- 9.2 average_precision


def average_precision__right_cumsum(y, s):
    y, s = np.asarray(y).astype(float), np.asarray(s)
    if y.sum() == 0:
        return float("nan")
    o = np.argsort(-s, kind="stable")
    y, s = y[o], s[o]
    last = np.r_[s[1:] != s[:-1], True]
    tp = np.cumsum(y)[last]
    n = np.arange(1, len(y) + 1)[last]
    r = tp / y.sum()
    return float(np.sum(np.diff(np.r_[0, r]) * tp / n))


def average_precision__right_sklearn(y, s):
    if len(y) == 0 or not np.any(y):
        return np.nan
    return average_precision_score(np.asarray(y).astype(int), s)


def average_precision__right_loop(y, s):
    frauds = sum(int(v) for v in y)
    if frauds == 0:
        return math.nan
    ap, before = 0.0, 0.0
    for cut in sorted(set(s), reverse=True):
        flagged = [int(v) for v, w in zip(y, s) if w >= cut]
        recall = sum(flagged) / frauds
        ap += (recall - before) * sum(flagged) / len(flagged)
        before = recall
    return ap


def average_precision__right_pandas(y, s):
    g = pd.DataFrame({"y": np.asarray(y, dtype=int), "s": s}).groupby("s")["y"].agg(["sum", "size"])
    g = g.sort_index(ascending=False)
    if g["sum"].sum() == 0:
        return float("nan")
    precision = g["sum"].cumsum() / g["size"].cumsum()
    return float((precision * g["sum"]).sum() / g["sum"].sum())


def average_precision__right_per_fraud(y, s):
    y, s = np.asarray(y) == 1, np.asarray(s)
    if not y.any():
        return np.nan
    return np.mean([y[s >= v].mean() for v in s[y]])


def average_precision__wrong_ties_row_by_row(y, s):
    """Orders with equal scores are counted one by one in table order; wrong wherever a fraud ties with another order."""
    y = np.asarray(y, dtype=float)
    if y.sum() == 0:
        return float("nan")
    y = y[np.argsort(-np.asarray(s), kind="stable")]
    precision = np.cumsum(y) / np.arange(1, len(y) + 1)
    return float((precision * y).sum() / y.sum())


def average_precision__wrong_trapezoid(y, s):
    """Joins the points by lines (area under the precision-recall curve), which the notes rule out."""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    p, r, _ = precision_recall_curve(np.asarray(y).astype(int), s)
    return float(auc(r, p))


def average_precision__wrong_zero_without_fraud(y, s):
    """Returns 0 instead of NaN when there is no fraud or no order; else right."""
    y, s = np.asarray(y) == 1, np.asarray(s)
    if not y.any():
        return 0.0
    return float(np.mean([y[s >= v].mean() for v in s[y]]))


def average_precision__wrong_empty_raises(y, s):
    """Plain sklearn: for no orders it raises, and without a fraud it gives 0 instead of NaN."""
    return float(average_precision_score(np.asarray(y).astype(int), s))


def average_precision__wrong_first_of_tie_group(y, s):
    """Reads precision and recall at the first order of each tie group instead of the last; wrong with ties."""
    y, s = np.asarray(y, dtype=float), np.asarray(s)
    if y.sum() == 0:
        return float("nan")
    o = np.argsort(-s, kind="stable")
    y, s = y[o], s[o]
    first = np.r_[True, s[1:] != s[:-1]]
    tp, n = np.cumsum(y)[first], np.arange(1, len(y) + 1)[first]
    return float(np.sum(np.diff(np.r_[0, tp / y.sum()]) * tp / n))


def average_precision__wrong_no_r0(y, s):
    """Forgets R_0 = 0: np.diff drops the first threshold, so the frauds with the top score do not count."""
    y, s = np.asarray(y, dtype=float), np.asarray(s)
    if y.sum() == 0:
        return float("nan")
    cuts = np.unique(s)[::-1]
    tp = np.array([y[s >= c].sum() for c in cuts])
    n = np.array([(s >= c).sum() for c in cuts])
    return float((np.diff(tp / y.sum()) * (tp / n)[1:]).sum())


def average_precision__wrong_frauds_first_in_ties(y, s):
    """Within equal scores the frauds are put first, an optimistic value wherever frauds tie with honest orders."""
    y = np.asarray(y, dtype=float)
    if y.sum() == 0:
        return float("nan")
    y = y[np.lexsort((-y, -np.asarray(s)))]
    return float(((np.cumsum(y) / np.arange(1, len(y) + 1)) * y).sum() / y.sum())


def average_precision__wrong_interpolated(y, s):
    """Interpolates: each precision is replaced by the best at the same or higher recall; wrong when precision rises again."""
    y, s = np.asarray(y, dtype=float), np.asarray(s)
    if y.sum() == 0:
        return float("nan")
    cuts = np.unique(s)[::-1]
    tp = np.array([y[s >= c].sum() for c in cuts])
    n = np.array([(s >= c).sum() for c in cuts])
    best = np.maximum.accumulate((tp / n)[::-1])[::-1]
    return float((np.diff(np.r_[0, tp / y.sum()]) * best).sum())


def average_precision__wrong_mean_over_thresholds(y, s):
    """Averages precision over all thresholds instead of over the frauds."""
    y, s = np.asarray(y, dtype=float), np.asarray(s)
    if y.sum() == 0:
        return float("nan")
    return float(np.mean([y[s >= c].mean() for c in np.unique(s)]))


def average_precision__wrong_strictly_above(y, s):
    """Uses 'scores above' the threshold instead of 'at least', so the order at the threshold itself is not flagged."""
    y, s = np.asarray(y, dtype=float), np.asarray(s)
    if y.sum() == 0:
        return float("nan")
    ap = before = 0.0
    for c in np.unique(s)[::-1]:
        flagged = y[s > c]
        if len(flagged):
            r = flagged.sum() / y.sum()
            ap += (r - before) * flagged.mean()
            before = r
    return float(ap)


def average_precision__wrong_probability_grid(y, s):
    """Sweeps thresholds 1.00, 0.99 ... 0.00, so scores outside 0 to 1 or closer than 0.01 are misjudged."""
    y, s = np.asarray(y, dtype=float), np.asarray(s)
    if y.sum() == 0:
        return float("nan")
    ap = before = 0.0
    for c in np.linspace(1, 0, 101):
        flagged = y[s >= c]
        if len(flagged):
            r = flagged.sum() / y.sum()
            ap += (r - before) * flagged.mean()
            before = r
    return float(ap)


def average_precision__wrong_roc_area(y, s):
    """Returns the ROC area, another number: it compares with every honest order (gross failure)."""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    if np.all(y):
        return 1.0
    return float(roc_auc_score(np.asarray(y).astype(int), s))


def average_precision__wrong_negated_bool(y, s):
    """Sorts ties by -y, which numpy refuses for a bool y: raises TypeError there; else only ties are right."""
    y, s = np.asarray(y), np.asarray(s)
    if y.sum() == 0:
        return float("nan")
    order = np.lexsort((-y, -s))
    yy, ss = y[order], s[order]
    last = np.r_[ss[1:] != ss[:-1], True]
    tp, n = np.cumsum(yy)[last], np.arange(1, len(yy) + 1)[last]
    return float((np.diff(np.r_[0, tp / yy.sum()]) * tp / n).sum())


# ---------------------------------------------------------------- 9.3 cheapest_action


def cheapest_action__right_table(p, amount, review, friction, margin, fee=0.0):
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    costs = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ],
        axis=1,
    )
    least = costs.min(axis=1, keepdims=True)
    action = (costs - least < 1e-9).argmax(axis=1)
    return np.where((p >= 0) & (p <= 1), action, 1)


def cheapest_action__right_loop(p, amount, review, friction, margin, fee=0.0):
    out = []
    for q, a in zip(p, amount):
        if not 0 <= q <= 1:
            out.append(1)
            continue
        costs = [q * (a - margin * a + fee), review, (1 - q) * (margin * a + friction)]
        least = min(costs)
        out.append(next(k for k, c in enumerate(costs) if c < least + 1e-9))
    return np.array(out, dtype=int)


def cheapest_action__right_stepwise(p, amount, review, friction, margin, fee=0.0):
    p = np.asarray(p, dtype=float)
    bad = np.isnan(p) | (p < 0) | (p > 1)
    q = np.where(bad, 0.5, p)
    c_pass = q * ((1 - margin) * amount + fee)
    c_block = (1 - q) * (margin * np.asarray(amount) + friction)
    action = np.zeros(len(p), dtype=int)
    best = c_pass.copy()
    for k, c in ((1, np.full(len(p), float(review))), (2, c_block)):
        better = c <= best - 1e-9
        action[better] = k
        best[better] = c[better]
    action[bad] = 1
    return action


def cheapest_action__wrong_margin_for_goods(p, amount, review, friction, margin, fee=0.0):
    """Passing a fraud costs margin x amount instead of the goods, (1 - margin) x amount; shows unless margin is 0.5."""
    c = np.stack(
        [
            p * (margin * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    a = (c - c.min(axis=0) < 1e-9).argmax(axis=0)
    return np.where((p >= 0) & (p <= 1), a, 1)


def cheapest_action__wrong_whole_amount_lost(p, amount, review, friction, margin, fee=0.0):
    """A passed fraud costs the whole amount; the shop only loses what the goods cost it, (1 - margin) x amount."""
    c = np.stack(
        [p * (amount + fee), np.full(len(p), float(review)), (1 - p) * (margin * amount + friction)]
    )
    a = (c - c.min(axis=0) < 1e-9).argmax(axis=0)
    return np.where((p >= 0) & (p <= 1), a, 1)


def cheapest_action__wrong_fee_forgotten(p, amount, review, friction, margin, fee=0.0):
    """The chargeback fee is ignored, so frauds with small amounts pass too often when fee > 0."""
    c = np.stack(
        [
            p * (1 - margin) * amount,
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    a = (c - c.min(axis=0) < 1e-9).argmax(axis=0)
    return np.where((p >= 0) & (p <= 1), a, 1)


def cheapest_action__wrong_fee_always(p, amount, review, friction, margin, fee=0.0):
    """The fee is added for every passed order instead of for passed frauds only (outside the bracket)."""
    c = np.stack(
        [
            p * (1 - margin) * amount + fee,
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    a = (c - c.min(axis=0) < 1e-9).argmax(axis=0)
    return np.where((p >= 0) & (p <= 1), a, 1)


def cheapest_action__wrong_friction_always(p, amount, review, friction, margin, fee=0.0):
    """Friction is charged for every block, also of a fraud; it offends honest customers only."""
    c = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * margin * amount + friction,
        ]
    )
    a = (c - c.min(axis=0) < 1e-9).argmax(axis=0)
    return np.where((p >= 0) & (p <= 1), a, 1)


def cheapest_action__wrong_exact_argmin(p, amount, review, friction, margin, fee=0.0):
    """Plain argmin: costs that differ by rounding error only are not treated as equal, so a higher number may win."""
    p = np.asarray(p, float)
    c = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    return np.where((p >= 0) & (p <= 1), c.argmin(axis=0), 1)


def cheapest_action__wrong_nan_passes(p, amount, review, friction, margin, fee=0.0):
    """Where p is no probability nothing special happens: argmin takes NaN for the least, so failed scores pass."""
    c = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    return (c - c.min(axis=0) < 1e-9).argmax(axis=0)


def cheapest_action__wrong_only_nan_reviewed(p, amount, review, friction, margin, fee=0.0):
    """NaN is reviewed, but numbers below 0 or above 1 are used as if they were probabilities."""
    c = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    a = (c - c.min(axis=0) < 1e-9).argmax(axis=0)
    return np.where(np.isnan(p), 1, a)


def cheapest_action__wrong_clipped(p, amount, review, friction, margin, fee=0.0):
    """Numbers outside 0 to 1 are clipped (1.2 is blocked, -0.1 passes) instead of reviewed."""
    q = np.clip(np.nan_to_num(p, nan=2.0), 0, 1)
    c = np.stack(
        [
            q * ((1 - margin) * amount + fee),
            np.full(len(q), float(review)),
            (1 - q) * (margin * amount + friction),
        ]
    )
    a = (c - c.min(axis=0) < 1e-9).argmax(axis=0)
    return np.where(np.isnan(p), 1, a)


def cheapest_action__wrong_isclose(p, amount, review, friction, margin, fee=0.0):
    """np.isclose has a relative tolerance of 1e-5 and absolute 1e-8: costs that differ by 1e-5 USD count as equal."""
    p = np.asarray(p, float)
    c = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    a = np.isclose(c, c.min(axis=0)).argmax(axis=0)
    return np.where((p >= 0) & (p <= 1), a, 1)


def cheapest_action__wrong_ends_excluded(p, amount, review, friction, margin, fee=0.0):
    """p of exactly 0 or 1 is taken for no probability and reviewed."""
    c = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    a = (c - c.min(axis=0) < 1e-9).argmax(axis=0)
    return np.where((p > 0) & (p < 1), a, 1)


def cheapest_action__wrong_tie_to_higher(p, amount, review, friction, margin, fee=0.0):
    """Of equal costs the higher number is chosen (strictness on the wrong side); shows on exact ties."""
    c = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    a = 2 - (c - c.min(axis=0) < 1e-9)[::-1].argmax(axis=0)
    return np.where((p >= 0) & (p <= 1), a, 1)


def cheapest_action__wrong_names(p, amount, review, friction, margin, fee=0.0):
    """Returns the names pass, review, block instead of 0, 1, 2 (wrong type)."""
    return np.array(["pass", "review", "block"])[
        cheapest_action__right_table(p, amount, review, friction, margin, fee)
    ]


def cheapest_action__unsure_rounded(p, amount, review, friction, margin, fee=0.0):
    p = np.asarray(p, float)
    c = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    return np.where((p >= 0) & (p <= 1), c.round(9).argmin(axis=0), 1)


UNSURE["cheapest_action__unsure_rounded"] = (
    "Rounding to 9 decimals treats some differences of almost 1e-9 as different and some above 5e-10 as equal; on every "
    "realistic input it agrees. Whether a test puts costs within 1e-9 of each other but off the rounding grid is unknown."
)

# ---------------------------------------------------------------- 9.4 matured_time_split


def matured_time_split__right_flatnonzero(t, cutoff, delay):
    t = np.asarray(t)
    return np.flatnonzero((t < cutoff) & (t + delay <= cutoff)), np.flatnonzero(t >= cutoff)


def matured_time_split__right_loop(t, cutoff, delay):
    train, test = [], []
    for i, day in enumerate(t):
        if day >= cutoff:
            test.append(i)
        elif day + delay <= cutoff:
            train.append(i)
    return np.array(train, dtype=int), np.array(test, dtype=int)


def matured_time_split__right_pandas(t, cutoff, delay):
    s = pd.Series(np.asarray(t)).reset_index(drop=True)
    test = s.index[s.ge(cutoff)]
    train = s.index[s.lt(cutoff) & s.add(delay).le(cutoff)]
    return train.to_numpy(), test.to_numpy()


def matured_time_split__right_arange(t, cutoff, delay):
    rows = np.arange(len(t))
    after = t >= cutoff
    return rows[~after & (t + delay <= cutoff)], rows[after]


def matured_time_split__wrong_maturity_strict(t, cutoff, delay):
    """t + delay < cutoff: an order whose label becomes final exactly on the cutoff is dropped."""
    return np.flatnonzero((t < cutoff) & (t + delay < cutoff)), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_test_strict(t, cutoff, delay):
    """Test needs t > cutoff: the orders of the cutoff day itself are lost."""
    return np.flatnonzero((t < cutoff) & (t + delay <= cutoff)), np.flatnonzero(t > cutoff)


def matured_time_split__wrong_overlap_delay_zero(t, cutoff, delay):
    """Only t + delay <= cutoff is asked: with a delay of 0 an order of the cutoff day is in both parts."""
    return np.flatnonzero(t + delay <= cutoff), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_rest_is_test(t, cutoff, delay):
    """Everything that is not in train is test, so orders in the gap before the cutoff are judged."""
    train = (t < cutoff) & (t + delay <= cutoff)
    return np.flatnonzero(train), np.flatnonzero(~train)


def matured_time_split__wrong_delay_ignored(t, cutoff, delay):
    """Splits at the cutoff only: orders whose labels are not final are in train."""
    return np.flatnonzero(t < cutoff), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_test_after_delay(t, cutoff, delay):
    """The gap is put on both sides: test begins at cutoff + delay instead of the cutoff."""
    return np.flatnonzero((t < cutoff) & (t + delay <= cutoff)), np.flatnonzero(t >= cutoff + delay)


def matured_time_split__wrong_test_matured_too(t, cutoff, delay):
    """Also asks the test labels to be final by the last day in t, although the statement lets them arrive later."""
    t = np.asarray(t)
    last = t.max() if len(t) else 0
    return np.flatnonzero((t < cutoff) & (t + delay <= cutoff)), np.flatnonzero(
        (t >= cutoff) & (t + delay <= last)
    )


def matured_time_split__wrong_returns_days(t, cutoff, delay):
    """Returns the days of the orders instead of their row numbers."""
    return t[(t < cutoff) & (t + delay <= cutoff)], t[t >= cutoff]


def matured_time_split__wrong_masks(t, cutoff, delay):
    """Returns boolean masks instead of row numbers."""
    return (t < cutoff) & (t + delay <= cutoff), t >= cutoff


def matured_time_split__wrong_sorted_assumed(t, cutoff, delay):
    """searchsorted and ranges assume sorted days; wrong when t is not sorted (and overlaps at delay 0)."""
    a = min(np.searchsorted(t, cutoff - delay, side="right"), np.searchsorted(t, cutoff))
    return np.arange(a), np.arange(np.searchsorted(t, cutoff), len(t))


def matured_time_split__wrong_order_of_time(t, cutoff, delay):
    """Rows come back in order of time, not in ascending order of row numbers; shows when t is not sorted."""
    o = np.argsort(t, kind="stable")
    s = t[o]
    return o[(s < cutoff) & (s + delay <= cutoff)], o[s >= cutoff]


def matured_time_split__wrong_int_delay(t, cutoff, delay):
    """The delay is cut to whole days, so with a delay of 1.5 labels of 1.0 days are taken for final."""
    delay = int(delay)
    return np.flatnonzero((t < cutoff) & (t + delay <= cutoff)), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_counted_from_one(t, cutoff, delay):
    """Row numbers are counted from 1."""
    return np.flatnonzero((t < cutoff) & (t + delay <= cutoff)) + 1, np.flatnonzero(t >= cutoff) + 1


def matured_time_split__unsure_cutoff_minus_delay(t, cutoff, delay):
    t = np.asarray(t)
    return np.flatnonzero((t < cutoff) & (t <= cutoff - delay)), np.flatnonzero(t >= cutoff)


UNSURE["matured_time_split__unsure_cutoff_minus_delay"] = (
    "t <= cutoff - delay is the same rule in exact arithmetic; with floats such as 0.1, 0.2, 0.3 it differs from "
    "t + delay <= cutoff. The statement prints a formula but does not say that rounding matters."
)

# ---------------------------------------------------------------- 9.5 kill_matured_split


def kill_matured_split__right_table(fn):
    t = np.array([50, 10, 100, 40, 120, 70, 40, 99, 101, 0])
    cases = {
        60: ([1, 3, 6, 9], [2, 4, 8]),
        0: ([0, 1, 3, 5, 6, 7, 9], [2, 4, 8]),
        50: ([0, 1, 3, 6, 9], [2, 4, 8]),
        50.5: ([1, 3, 6, 9], [2, 4, 8]),
        0.5: ([0, 1, 3, 5, 6, 7, 9], [2, 4, 8]),
        1000: ([], [2, 4, 8]),
    }
    for delay, (a, b) in cases.items():
        train, test = fn(t.copy(), 100, delay)
        if list(train) != a or list(test) != b:
            return False
    return True


def kill_matured_split__right_reference(fn):
    rng = np.random.default_rng(3)
    for _ in range(150):
        t = rng.integers(0, 24, rng.integers(1, 12)) / 2
        cutoff = rng.integers(0, 26) / 2
        delay = rng.integers(0, 20) / 2
        want = [i for i, v in enumerate(t) if v < cutoff and v + delay <= cutoff]
        late = [i for i, v in enumerate(t) if v >= cutoff]
        train, test = fn(t.copy(), cutoff, delay)
        if list(map(int, train)) != want or list(map(int, test)) != late:
            return False
    return True


def kill_matured_split__right_properties(fn):
    t = np.array([7.0, 3.0, 5.0, 5.0, 9.5, 4.5, 3.5, 12.0, 5.25, 0.0])
    for cutoff in (5.0, 5.25, 0.0, 20.0):
        for delay in (0, 0.5, 1.5, 2.0, 1.75, 30):
            train, test = (np.asarray(part, dtype=int) for part in fn(t.copy(), cutoff, delay))
            if not (np.all(np.diff(train) > 0) and np.all(np.diff(test) > 0)):
                return False
            in_train, in_test = np.isin(np.arange(10), train), np.isin(np.arange(10), test)
            if (in_train & in_test).any() or (in_test != (t >= cutoff)).any():
                return False
            if (in_train != ((t + delay <= cutoff) & (t < cutoff))).any():
                return False
    return True


def kill_matured_split__wrong_example_only(fn):
    """Tests the docstring's example only, on which every planted mistake is right."""
    train, test = fn(np.array([10, 30, 90, 110, 130]), 100, 60)
    return list(train) == [0, 1] and list(test) == [3, 4]


def kill_matured_split__wrong_arrays_demanded(fn):
    """Demands numpy arrays, although lists are allowed: rejects right implementations that return lists."""
    ok = kill_matured_split__right_table(fn)
    train, test = fn(np.array([10, 30, 90, 110, 130]), 100, 60)
    return bool(ok and isinstance(train, np.ndarray) and isinstance(test, np.ndarray))


def kill_matured_split__wrong_tolist(fn):
    """Calls .tolist(), which a list does not have: the exception rejects right implementations that return lists."""
    t = np.array([50, 10, 100, 40, 120, 70])
    for delay, a in ((60, [1, 3]), (0, [0, 1, 3, 5]), (50.5, [1, 3])):
        train, test = fn(t.copy(), 100, delay)
        if train.tolist() != a or test.tolist() != [2, 4]:
            return False
    return True


def kill_matured_split__wrong_sets(fn):
    """Compares sets, so rows in another order or repeated are accepted; also only one ordinary delay is tried."""
    t = np.array([110, 10, 90, 40, 130])
    train, test = fn(t, 100, 60)
    return set(train) == {1, 3} and set(test) == {0, 4}


def kill_matured_split__wrong_no_boundaries(fn):
    """No day lies on a boundary and the delay is never 0, so wrong comparisons pass."""
    t = np.array([130, 12, 95, 33, 160, 71])
    train, test = fn(t, 100, 60)
    return list(train) == [1, 3] and list(test) == [0, 4]


def kill_matured_split__wrong_sorted_days(fn):
    """All days are sorted and delays whole, so versions that assume order or cut the delay pass."""
    t = np.array([10, 40, 90, 100, 130])
    train, test = fn(t, 100, 60)
    a, b = fn(t, 100, 0)
    return (
        list(train) == [0, 1]
        and list(test) == [3, 4]
        and list(a) == [0, 1, 2]
        and list(b) == [3, 4]
    )


def kill_matured_split__wrong_disjoint_only(fn):
    """Checks only that parts do not overlap and that train lies before test, not which rows they hold."""
    t = np.array([50, 10, 100, 40, 120, 70])
    for delay in (0, 60):
        train, test = fn(t, 100, delay)
        if (
            set(train) & set(test)
            or any(t[i] >= 100 for i in train)
            or any(t[i] < 100 for i in test)
        ):
            return False
    return True


def kill_matured_split__wrong_lengths(fn):
    """Compares only the lengths of the parts, so wrong rows of the right number pass."""
    t = np.array([50, 10, 100, 40, 120, 70])
    return all(
        (len(fn(t, 100, d)[0]), len(fn(t, 100, d)[1])) == n
        for d, n in ((60, (2, 2)), (0, (4, 2)), (50, (3, 2)))
    )


def kill_matured_split__wrong_partition_demanded(fn):
    """Demands that every row is in one of the parts; the gap belongs to neither, so right versions are rejected."""
    t = np.array([50, 10, 100, 40, 120, 70])
    train, test = fn(t, 100, 60)
    return sorted([*train, *test]) == list(range(len(t)))


def kill_matured_split__wrong_exception_demanded(fn):
    """Demands a ValueError when the delay is longer than the history; the statement says that part is empty."""
    try:
        fn(np.array([1, 2, 3]), 3, 100)
    except ValueError:
        return kill_matured_split__right_table(fn)
    return False


def kill_matured_split__wrong_test_gap(fn):
    """The tester's own expectation puts the delay after the cutoff too, so it rejects right versions."""
    t = np.array([50, 10, 100, 40, 120, 170])
    train, test = fn(t, 100, 60)
    return list(train) == [1, 3] and list(test) == [5]


# ---------------------------------------------------------------- 9.6 velocity_count


def velocity_count__right_searchsorted(df, hours):
    t = pd.to_datetime(df["time"], utc=True).to_numpy().astype("datetime64[ns]").astype("int64")
    w = pd.Timedelta(hours=hours).value
    out = np.zeros(len(df), dtype=int)
    for rows in df.groupby("entity").indices.values():
        s = np.sort(t[rows])
        out[rows] = np.searchsorted(s, t[rows]) - np.searchsorted(s, t[rows] - w)
    return pd.Series(out, index=df.index)


def velocity_count__right_loop(df, hours):
    w = pd.Timedelta(hours=hours)
    e, t = list(df["entity"]), list(df["time"])
    return pd.Series(
        [sum(1 for a, b in zip(e, t) if a == e[i] and t[i] - w <= b < t[i]) for i in range(len(e))],
        index=df.index,
        dtype=int,
    )


def velocity_count__right_self_merge(df, hours):
    x = pd.DataFrame(
        {"entity": df["entity"].to_numpy(), "time": df["time"].array, "row": np.arange(len(df))}
    )
    m = x.merge(x[["entity", "time"]], on="entity", suffixes=("", "_b"))
    hit = m[(m["time_b"] < m["time"]) & (m["time_b"] >= m["time"] - pd.Timedelta(hours=hours))]
    n = hit.groupby("row").size().reindex(np.arange(len(df)), fill_value=0)
    return pd.Series(n.to_numpy(), index=df.index).astype("int64")


def velocity_count__right_two_pointers(df, hours):
    w = pd.Timedelta(hours=hours)
    pos = defaultdict(list)
    for i, (e, t) in enumerate(zip(df["entity"], df["time"])):
        pos[e].append((t, i))
    out = [0] * len(df)
    for items in pos.values():
        items.sort()
        window, pending = deque(), []
        for t, i in items:
            if pending and pending[-1] < t:
                window.extend(pending)
                pending = []
            while window and window[0] < t - w:
                window.popleft()
            out[i] = len(window)
            pending.append(t)
    return pd.Series(out, index=df.index, dtype="int64")


def velocity_count__right_rolling_left(df, hours):
    x = pd.DataFrame({"entity": df["entity"].to_numpy(), "time": df["time"].array})
    x["row"], x["one"] = np.arange(len(x)), 1.0
    x = x.sort_values("time", kind="stable")
    out = np.zeros(len(x), dtype=int)
    for _, g in x.groupby("entity"):
        n = (
            g.set_index("time")["one"]
            .rolling(pd.Timedelta(hours=hours), closed="left")
            .sum()
            .fillna(0)
        )
        out[g["row"].to_numpy()] = n.to_numpy().astype(int)
    return pd.Series(out, index=df.index)


def velocity_count__wrong_window_open_left(df, hours):
    """An order exactly `hours` ago does not count: (t - hours, t) instead of [t - hours, t)."""
    w = pd.Timedelta(hours=hours)
    e, t = list(df["entity"]), list(df["time"])
    return pd.Series(
        [sum(1 for a, b in zip(e, t) if a == e[i] and t[i] - w < b < t[i]) for i in range(len(e))],
        index=df.index,
        dtype=int,
    )


def velocity_count__wrong_counts_itself(df, hours):
    """The order itself (and others of the same time) is counted: [t - hours, t]."""
    w = pd.Timedelta(hours=hours)
    e, t = list(df["entity"]), list(df["time"])
    return pd.Series(
        [
            sum(1 for a, b in zip(e, t) if a == e[i] and t[i] - w <= b <= t[i])
            for i in range(len(e))
        ],
        index=df.index,
        dtype=int,
    )


def velocity_count__wrong_less_one(df, hours):
    """Counts [t - hours, t] and takes off one for itself: other orders at the same time still count."""
    w = pd.Timedelta(hours=hours)
    e, t = list(df["entity"]), list(df["time"])
    return pd.Series(
        [
            sum(1 for a, b in zip(e, t) if a == e[i] and t[i] - w <= b <= t[i]) - 1
            for i in range(len(e))
        ],
        index=df.index,
        dtype=int,
    )


def velocity_count__wrong_all_entities(df, hours):
    """Forgets the entity: the orders of everybody within the window are counted."""
    t = list(df["time"])
    w = pd.Timedelta(hours=hours)
    return pd.Series([sum(1 for b in t if v - w <= b < v) for v in t], index=df.index, dtype=int)


def velocity_count__wrong_sorted_result(df, hours):
    """The result comes back sorted by entity and time instead of in the order of rows of df."""
    x = df.sort_values(["entity", "time"])
    return velocity_count__right_loop(x, hours)


def velocity_count__wrong_position_after_sort(df, hours):
    """Sorts by time, counts, and puts the counts on df.index without undoing the sort: wrong for unsorted rows."""
    x = df.sort_values("time")
    return pd.Series(velocity_count__right_loop(x, hours).to_numpy(), index=df.index)


def velocity_count__wrong_by_label(df, hours):
    """Writes counts back by index label, so rows with a repeated label overwrite each other."""
    out = pd.Series(0, index=df.index)
    w = pd.Timedelta(hours=hours)
    for _, g in df.groupby("entity"):
        for label, t in zip(g.index, g["time"]):
            out.loc[label] = int(((g["time"] < t) & (g["time"] >= t - w)).sum())
    return out


def velocity_count__wrong_wall_clock(df, hours):
    """Drops the time zone and keeps the wall clock: around the change of summer time windows are an hour too long or short."""
    x = pd.DataFrame(
        {"entity": df["entity"].to_numpy(), "time": df["time"].dt.tz_localize(None).to_numpy()},
        index=df.index,
    )
    return velocity_count__right_loop(x, hours)


def velocity_count__wrong_whole_hours(df, hours):
    """np.timedelta64(int(hours), 'h') cuts a window of 1.5 hours to 1, and of 0.5 to 0."""
    w = pd.Timedelta(np.timedelta64(int(hours), "h"))
    e, t = list(df["entity"]), list(df["time"])
    return pd.Series(
        [sum(1 for a, b in zip(e, t) if a == e[i] and t[i] - w <= b < t[i]) for i in range(len(e))],
        index=df.index,
        dtype=int,
    )


def velocity_count__wrong_previous_rows_only(df, hours):
    """Looks only at rows above in the table, as if it were sorted by time."""
    w = pd.Timedelta(hours=hours)
    e, t = list(df["entity"]), list(df["time"])
    return pd.Series(
        [
            sum(1 for j in range(i) if e[j] == e[i] and t[i] - w <= t[j] < t[i])
            for i in range(len(e))
        ],
        index=df.index,
        dtype=int,
    )


def velocity_count__wrong_changes_input(df, hours):
    """Sorts and extends df in place, although it must not be changed; the numbers are right."""
    index = df.index.copy()
    df["_row"] = np.arange(len(df))
    df.sort_values(["entity", "time"], inplace=True)
    counts = velocity_count__right_searchsorted(df[["entity", "time"]], hours).to_numpy()
    out = np.zeros(len(df), dtype=int)
    out[df["_row"].to_numpy()] = counts
    return pd.Series(out, index=index)


def velocity_count__wrong_timedelta_seconds(df, hours):
    """Uses .dt.seconds / .seconds of a timedelta, which forgets whole days: an order 25 hours ago looks 1 hour old."""
    e, t = list(df["entity"]), list(df["time"])
    return pd.Series(
        [
            sum(
                1
                for a, b in zip(e, t)
                if a == e[i] and b < t[i] and (t[i] - b).seconds <= hours * 3600
            )
            for i in range(len(e))
        ],
        index=df.index,
        dtype=int,
    )


# ---------------------------------------------------------------- 9.7 review_queue


def _places(budget, mix):
    return math.floor(budget * mix + 1e-9)


def review_queue__right_fill(sup, ano, budget, mix):
    def ranked(v):
        return [
            int(i) for i in np.argsort(-np.asarray(v, float), kind="stable") if not np.isnan(v[i])
        ]

    n_ano = int(Fraction(str(float(mix))) * int(budget))
    first, second = ranked(sup), ranked(ano)
    queue = first[: budget - n_ano]
    queue += [i for i in second if i not in set(queue)][:n_ano]
    for i in first + second:
        if len(queue) < budget and i not in queue:
            queue.append(i)
    return queue


def review_queue__right_loop(sup, ano, budget, mix):
    a = sorted((i for i in range(len(sup)) if sup[i] == sup[i]), key=lambda i: (-sup[i], i))
    b = sorted((i for i in range(len(ano)) if ano[i] == ano[i]), key=lambda i: (-ano[i], i))
    n_b = math.floor(round(budget * mix, 9))
    queue = []

    def take(source, n):
        for i in source:
            if n <= 0:
                break
            if i not in queue:
                queue.append(i)
                n -= 1

    take(a, budget - n_b)
    take(b, n_b)
    take(a, budget - len(queue))
    take(b, budget - len(queue))
    return queue


def review_queue__right_pandas(sup, ano, budget, mix):
    n_ano = int(Decimal(str(float(mix))) * budget)
    s = pd.Series(np.asarray(sup, float)).dropna().sort_values(ascending=False, kind="stable")
    a = pd.Series(np.asarray(ano, float)).dropna().sort_values(ascending=False, kind="stable")
    head = list(s.index[: budget - n_ano])
    rest = a.drop(head, errors="ignore")
    queue = head + list(rest.index[:n_ano])
    spare = list(s.index.difference(queue, sort=False)) + list(
        a.index.difference(queue, sort=False)
    )
    queue += list(dict.fromkeys(spare))[: budget - len(queue)]
    return [int(i) for i in queue]


def _ranked(v):
    v = np.asarray(v, float)
    return [int(i) for i in np.argsort(-v, kind="stable") if not np.isnan(v[i])]


def _fill(a, b, budget, n_ano):
    queue = a[: budget - n_ano]
    queue = queue + [i for i in b if i not in queue][:n_ano]
    for i in a + b:
        if len(queue) < budget and i not in queue:
            queue = queue + [i]
    return queue


def review_queue__wrong_float_floor(sup, ano, budget, mix):
    """int(budget * mix): 100 x 0.29 is 28.999..., so the detector gets 28 places instead of 29."""
    return _fill(_ranked(sup), _ranked(ano), budget, int(budget * mix))


def review_queue__wrong_rounds(sup, ano, budget, mix):
    """round() instead of rounding down: 0.5 or more of a place becomes one."""
    return _fill(_ranked(sup), _ranked(ano), budget, round(budget * mix))


def review_queue__wrong_ceil(sup, ano, budget, mix):
    """The model's share is rounded down, so the detector's is rounded up."""
    n_sup = math.floor(budget * (1 - mix) + 1e-9)
    return _fill(_ranked(sup), _ranked(ano), budget, budget - n_sup)


def review_queue__wrong_duplicates(sup, ano, budget, mix):
    """An order that both lists want is taken twice."""
    n = _places(budget, mix)
    return _ranked(sup)[: budget - n] + _ranked(ano)[:n]


def review_queue__wrong_duplicates_dropped(sup, ano, budget, mix):
    """Takes the top of both lists and drops repeats: the place of an order that both want is lost."""
    n = _places(budget, mix)
    return list(dict.fromkeys(_ranked(sup)[: budget - n] + _ranked(ano)[:n]))


def review_queue__wrong_no_fill(sup, ano, budget, mix):
    """Places that a short list cannot use stay empty; shows with many NaN."""
    n = _places(budget, mix)
    q = _ranked(sup)[: budget - n]
    return q + [i for i in _ranked(ano) if i not in q][:n]


def review_queue__wrong_fill_one_side(sup, ano, budget, mix):
    """Only the model fills free places: if the model has too few scores, the detector does not."""
    n = _places(budget, mix)
    q = _ranked(sup)[: budget - n]
    q = q + [i for i in _ranked(ano) if i not in q][:n]
    return q + [i for i in _ranked(sup) if i not in q][: budget - len(q)]


def review_queue__wrong_anomaly_first(sup, ano, budget, mix):
    """The detector chooses first; the model gets what is left."""
    n = _places(budget, mix)
    q = _ranked(ano)[:n]
    q = q + [i for i in _ranked(sup) if i not in q][: budget - n]
    return q + [i for i in _ranked(sup) + _ranked(ano) if i not in q][: budget - len(q)]


def review_queue__wrong_nan_kept(sup, ano, budget, mix):
    """NaN is sorted last but kept, so orders without any score are taken when places are left."""
    a = [int(i) for i in np.argsort(-np.asarray(sup, float), kind="stable")]
    b = [int(i) for i in np.argsort(-np.asarray(ano, float), kind="stable")]
    return _fill(a, b, min(budget, len(a)), min(_places(budget, mix), len(a)))


def review_queue__wrong_nan_first(sup, ano, budget, mix):
    """argsort()[::-1] puts NaN first, and of equal scores the higher number first."""
    a = [int(i) for i in np.argsort(sup)[::-1]]
    b = [int(i) for i in np.argsort(ano)[::-1]]
    return _fill(a, b, min(budget, len(a)), _places(budget, mix))


def review_queue__wrong_nan_zero(sup, ano, budget, mix):
    """NaN becomes 0: an order without a score is ranked above orders with negative scores, and can be chosen."""
    a = [int(i) for i in np.argsort(-np.nan_to_num(sup), kind="stable")]
    b = [int(i) for i in np.argsort(-np.nan_to_num(ano), kind="stable")]
    return _fill(a, b, min(budget, len(a)), _places(budget, mix))


def review_queue__wrong_ties_reversed(sup, ano, budget, mix):
    """Of equal scores the higher number comes first (a stable sort, reversed)."""

    def r(v):
        return [
            int(i)
            for i in np.argsort(np.asarray(v, float), kind="stable")[::-1]
            if not np.isnan(v[i])
        ]

    return _fill(r(sup), r(ano), budget, _places(budget, mix))


def review_queue__wrong_sorted_numbers(sup, ano, budget, mix):
    """The queue is sorted by row number at the end, so the highest score does not come first."""
    return sorted(_fill(_ranked(sup), _ranked(ano), budget, _places(budget, mix)))


def review_queue__wrong_weighted_sum(sup, ano, budget, mix):
    """Adds the two scores with weights, although their scales differ (gross failure)."""
    s = (1 - mix) * np.asarray(sup, float) + mix * np.asarray(ano, float)
    return _ranked(s)[:budget]


def review_queue__wrong_zero_slice(sup, ano, budget, mix):
    """Fills from the end with q[-free:]; with free = 0 that is the whole list, so a full queue grows beyond the budget."""
    n = _places(budget, mix)
    q = _ranked(sup)[: budget - n]
    q = q + [i for i in _ranked(ano) if i not in q][:n]
    free = budget - len(q)
    spare = [i for i in _ranked(sup) + _ranked(ano) if i not in q]
    spare = list(dict.fromkeys(spare))
    return q + spare[::-1][-free:][::-1]


# ---------------------------------------------------------------- 9.8 prior_correct


def prior_correct__right_count(p, kept):
    p = np.asarray(p, dtype=float)
    honest = (1 - p) / kept
    return p / (p + honest)


def prior_correct__right_logit(p, kept):
    return special.expit(special.logit(np.asarray(p, dtype=float)) + np.log(kept))


def prior_correct__right_product(p, kept):
    return kept * p / (kept * p + 1 - p)


def prior_correct__right_comprehension(p, kept):
    return np.array(
        [1.0 if q == 1 else (o := q / (1 - q) * kept) / (1 + o) for q in p], dtype=float
    )


def prior_correct__wrong_times_kept(p, kept):
    """Multiplies the probability itself by the share; only the odds may be multiplied (0.9 becomes 0.045, and 1 becomes kept)."""
    return np.asarray(p, float) * kept


def prior_correct__wrong_other_direction(p, kept):
    """Multiplies the honest by the share instead of dividing: the probability rises."""
    p = np.asarray(p, float)
    return p / (p + (1 - p) * kept)


def prior_correct__wrong_odds_nan_at_one(p, kept):
    """Goes through odds: p = 1 gives infinity over infinity, so NaN instead of 1."""
    p = np.asarray(p, float)
    with np.errstate(all="ignore"):
        odds = p / (1 - p) * kept
        return odds / (1 + odds)


def prior_correct__wrong_clipped(p, kept):
    """Clips p to 0.001 ... 0.999 before the logit: 0 and 1 are not kept, and extreme probabilities move."""
    q = np.clip(np.asarray(p, float), 0.001, 0.999)
    return special.expit(special.logit(q) + np.log(kept))


def prior_correct__wrong_returns_odds(p, kept):
    """Returns the corrected odds, not the probability: 0.5 becomes 0.05 instead of 0.0476."""
    p = np.asarray(p, float)
    with np.errstate(all="ignore"):
        return p / (1 - p) * kept


def prior_correct__wrong_sample_weighted(p, kept):
    """Treats `kept` as the fraud share of the sample and rescales by p / (p + 1 / kept - 1)."""
    p = np.asarray(p, float)
    return p / (p + 1 / kept - 1) if kept < 1 else p / p.clip(1e-12)


def prior_correct__wrong_dropped_share(p, kept):
    """Uses 1 - kept, the share that was dropped, instead of the share that was kept."""
    p = np.asarray(p, float)
    return p / (p + (1 - p) / (1 - kept)) if kept < 1 else p


def prior_correct__wrong_mean_matched(p, kept):
    """Divides all probabilities by one factor so that their mean is right; the single ones are not."""
    p = np.asarray(p, float)
    right = (p * kept / (p * kept + 1 - p)).mean()
    return p * right / p.mean()


def prior_correct__wrong_frauds_scaled_too(p, kept):
    """Counts back both frauds and honest orders, so nothing changes."""
    p = np.asarray(p, float)
    return (p / kept) / (p / kept + (1 - p) / kept)


def prior_correct__wrong_rounds(p, kept):
    """Rounds to four digits as the example prints: small probabilities (0.00004) are lost."""
    p = np.asarray(p, float)
    return np.round(p * kept / (p * kept + 1 - p), 4)


def prior_correct__wrong_in_place(p, kept):
    """Works in place (p *= kept), so the array of the caller is changed, and the honest share is computed after that."""
    p *= kept
    return p / (p + (1 - p))


# ---------------------------------------------------------------- 9.9 weighted_rate


def weighted_rate__right_average(y, prob):
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    return float(np.average(y[seen], weights=1 / prob[seen])) if seen.any() else float("nan")


def weighted_rate__right_loop(y, prob):
    frauds = total = 0.0
    for label, chance in zip(y, prob):
        if not math.isnan(label):
            total += 1 / chance
            frauds += label / chance
    return frauds / total if total else math.nan


def weighted_rate__right_pandas(y, prob):
    d = pd.DataFrame({"y": np.asarray(y, float), "w": 1 / np.asarray(prob, float)}).dropna()
    return (d["y"] * d["w"]).sum() / d["w"].sum() if len(d) else np.nan


def weighted_rate__right_nansum(y, prob):
    y = np.asarray(y, float)
    w = np.where(np.isnan(y), 0.0, 1 / np.asarray(prob, float))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.nansum(y * w) / w.sum()


def weighted_rate__wrong_nanmean(y, prob):
    """Ignores the weights: the mean of labelled orders, too low when mostly frauds were blocked."""
    y = np.asarray(y, float)
    return float(np.nanmean(y)) if (~np.isnan(y)).any() else float("nan")


def weighted_rate__wrong_all_rows_denominator(y, prob):
    """Divides the weighted frauds by the number of all rows (Horvitz-Thompson): it can exceed 1, and differs from the share asked for."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    if np.isnan(y).all():
        return float("nan")
    return float(np.nansum(y / prob) / len(y))


def weighted_rate__wrong_labelled_denominator(y, prob):
    """Weights the frauds, but divides by the plain number of labelled orders."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    n = (~np.isnan(y)).sum()
    return float(np.nansum(y / prob) / n) if n else float("nan")


def weighted_rate__wrong_weight_not_inverted(y, prob):
    """Weights by the chance instead of by one over the chance."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    m = ~np.isnan(y)
    return float(np.average(y[m], weights=prob[m])) if m.any() else float("nan")


def weighted_rate__wrong_blocked_in_denominator(y, prob):
    """The weights of blocked orders are in the denominator too, although passed ones already stand for them."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    if np.isnan(y).all():
        return float("nan")
    return float(np.nansum(y / prob) / (1 / prob).sum())


def weighted_rate__wrong_blocked_once(y, prob):
    """Blocked orders are added to the denominator with weight 1: they are counted twice."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    m = ~np.isnan(y)
    if not m.any():
        return float("nan")
    return float((y[m] / prob[m]).sum() / ((1 / prob[m]).sum() + (~m).sum()))


def weighted_rate__wrong_blocked_are_honest(y, prob):
    """Blocked orders count as honest (NaN becomes 0)."""
    y = np.nan_to_num(np.asarray(y, float))
    return float(np.average(y, weights=1 / np.asarray(prob, float))) if len(y) else float("nan")


def weighted_rate__wrong_blocked_are_frauds(y, prob):
    """Blocked orders count as frauds."""
    y = np.nan_to_num(np.asarray(y, float), nan=1.0)
    return float(np.average(y, weights=1 / np.asarray(prob, float))) if len(y) else float("nan")


def weighted_rate__wrong_nan_spreads(y, prob):
    """NaN labels are not removed, so one blocked order makes the result NaN."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    return float((y / prob).sum() / (1 / prob).sum()) if len(y) else float("nan")


def weighted_rate__wrong_zero_without_labels(y, prob):
    """Returns 0 when no order has a label; that claims no fraud where nothing is known."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    m = ~np.isnan(y)
    return float(np.average(y[m], weights=1 / prob[m])) if m.any() else 0.0


def weighted_rate__wrong_raises_without_labels(y, prob):
    """Without labels np.average raises ZeroDivisionError instead of giving NaN."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    m = ~np.isnan(y)
    return float(np.average(y[m], weights=1 / prob[m]))


def weighted_rate__wrong_only_frauds_weighted(y, prob):
    """Weights frauds, but honest orders that passed with a small chance count once."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    m = ~np.isnan(y)
    f = (1 / prob[m & (y == 1)]).sum()
    h = (y[m] == 0).sum()
    return float(f / (f + h)) if m.any() else float("nan")


def weighted_rate__wrong_sure_passes_only(y, prob):
    """Uses only orders that pass for sure and drops the random passes, which hold most frauds."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    m = ~np.isnan(y) & (prob == 1)
    return float(y[m].mean()) if m.any() else float("nan")


def weighted_rate__wrong_mean_of_strata(y, prob):
    """Averages the fraud rate of each chance without the sizes of the groups."""
    d = pd.DataFrame({"y": np.asarray(y, float), "prob": prob}).dropna()
    return float(d.groupby("prob")["y"].mean().mean())


# ---------------------------------------------------------------- 9.10 ring_of


def ring_of__right_union_find(links, most):
    accounts = sorted(int(a) for a in links["account"].unique())
    parent = {a: a for a in accounts}

    def root(a):
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    users = defaultdict(set)
    for a, k, v in zip(links["account"], links["kind"], links["value"]):
        if not pd.isna(v):
            users[k, v].add(int(a))
    for group in users.values():
        if len(group) <= most:
            group = sorted(group)
            for b in group[1:]:
                x, y = sorted((root(group[0]), root(b)))
                parent[y] = x
    return pd.Series({a: root(a) for a in accounts}, dtype="int64")


def ring_of__right_components(links, most):
    codes, accounts = pd.factorize(links["account"], sort=True)
    n = len(accounts)
    if n == 0:
        return pd.Series([], index=pd.Index([], dtype="int64"), dtype="int64")
    x = pd.DataFrame(
        {"a": codes, "kind": links["kind"].to_numpy(), "value": links["value"].to_numpy()}
    )
    x = x.dropna(subset=["value"]).drop_duplicates()
    x["thing"] = x.groupby(["kind", "value"]).ngroup()
    x = x[x.groupby("thing")["a"].transform("size") <= most]
    m = int(x["thing"].max()) + 1 if len(x) else 0
    g = sparse.coo_matrix((np.ones(len(x)), (x["a"], n + x["thing"])), shape=(n + m, n + m))
    label = csgraph.connected_components(g, directed=False)[1][:n]
    accounts = pd.Index(np.asarray(accounts))
    s = pd.Series(accounts.to_numpy(), index=accounts)
    return s.groupby(label).transform("min")


def ring_of__right_spread_minimum(links, most):
    x = links[["account", "kind", "value"]].drop_duplicates()
    x = x[x["value"].notna()]
    size = x.groupby(["kind", "value"])["account"].transform("nunique")
    x = x[size <= most]
    ring = {int(a): int(a) for a in sorted(links["account"].unique())}
    groups = [list(map(int, g)) for _, g in x.groupby(["kind", "value"])["account"]]
    changed = True
    while changed:
        changed = False
        for g in groups:
            low = min(ring[a] for a in g)
            for a in g:
                if ring[a] > low:
                    ring[a], changed = low, True
    return pd.Series(ring, dtype=int)


def ring_of__right_bfs(links, most):
    things = defaultdict(set)
    for r in links.itertuples(index=False):
        if pd.notna(r.value):
            things[(r.kind, r.value)].add(r.account)
    near = {a: set() for a in sorted(set(links["account"]))}
    for group in things.values():
        if len(group) <= most:
            for a in group:
                near[a] |= group
    ring = {}
    for a in near:
        if a in ring:
            continue
        todo = deque([a])
        ring[a] = a
        while todo:
            for b in near[todo.popleft()]:
                if b not in ring:
                    ring[b] = a
                    todo.append(b)
    out = pd.Series(ring, dtype="int64").sort_index()
    return out


def _rings(links, most, *, count="distinct", strict=False, kind=True, missing=False, hops=None):
    accounts = sorted(set(int(a) for a in links["account"]))
    users = defaultdict(list)
    for a, k, v in zip(links["account"], links["kind"], links["value"]):
        if pd.isna(v):
            if not missing:
                continue
            v = "nan"
        users[(k, v) if kind else v].append(int(a))
    ring = {a: a for a in accounts}
    good = []
    for g in users.values():
        n = len(set(g)) if count == "distinct" else len(g)
        if n < most or (n == most and not strict):
            good.append(sorted(set(g)))
    rounds = 0
    while True:
        old = dict(ring)
        for g in good:
            low = min((old if hops else ring)[a] for a in g)
            for a in g:
                ring[a] = min(ring[a], low)
        rounds += 1
        if ring == old or (hops and rounds >= hops):
            return ring


def ring_of__wrong_rows_counted(links, most):
    """Counts rows instead of different accounts: repeated uses turn a shared phone into a hub."""
    return pd.Series(_rings(links, most, count="rows"), dtype="int64")


def ring_of__wrong_hub_at_most(links, most):
    """A thing that exactly `most` accounts share is dropped (>= instead of >)."""
    return pd.Series(_rings(links, most, strict=True), dtype="int64")


def ring_of__wrong_kind_ignored(links, most):
    """The kind is ignored: the same value as device and as address is one thing."""
    return pd.Series(_rings(links, most, kind=False), dtype="int64")


def ring_of__wrong_missing_links(links, most):
    """Missing values are taken for one shared value (astype(str)), so accounts without a known device are linked."""
    return pd.Series(_rings(links, most, missing=True), dtype="int64")


def ring_of__wrong_one_hop(links, most):
    """Links do not go on: each account gets the smallest account that shares a thing with it directly."""
    return pd.Series(_rings(links, most, hops=1), dtype="int64")


def ring_of__wrong_two_passes(links, most):
    """Takes the group minimum twice and stops: long chains stay in parts."""
    return pd.Series(_rings(links, most, hops=2), dtype="int64")


def ring_of__wrong_no_hubs(links, most):
    """The limit is ignored: hubs link everybody who used them."""
    return pd.Series(_rings(links, 10**9), dtype="int64")


def ring_of__wrong_lonely_dropped(links, most):
    """Accounts that used only hubs or unknown things are dropped with those rows and are missing from the result."""
    x = links.dropna(subset=["value"]).drop_duplicates()
    x = x[x.groupby(["kind", "value"])["account"].transform("nunique") <= most]
    return pd.Series(_rings(x, most), dtype="int64")


def ring_of__wrong_component_labels(links, most):
    """Rings are numbered 0, 1, 2 ... instead of by their smallest account."""
    ring = pd.Series(_rings(links, most), dtype="int64")
    return pd.Series(pd.factorize(ring)[0], index=ring.index)


def ring_of__wrong_order_of_appearance(links, most):
    """The index is in order of first appearance, not ascending."""
    ring = _rings(links, most)
    return pd.Series({int(a): ring[int(a)] for a in links["account"].unique()}, dtype="int64")


def ring_of__wrong_glued_key(links, most):
    """Glues kind and value without a separator: ("a", "bc") and ("ab", "c") become one thing; missing values are left out."""
    x = links.copy()
    x["value"] = x["kind"] + x["value"]
    return pd.Series(_rings(x, most, kind=False), dtype="int64")


def ring_of__wrong_first_seen_account(links, most):
    """The ring is named after its account that appears first in the table, not after the smallest."""
    ring = _rings(links, most)
    first = {}
    for a in links["account"]:
        first.setdefault(ring[int(a)], int(a))
    return pd.Series({a: first[r] for a, r in ring.items()}, dtype="int64")


def ring_of__wrong_hub_users_excluded(links, most):
    """Whoever ever used a hub is taken out of all rings, not just the hub's links."""
    x = links.dropna(subset=["value"]).drop_duplicates()
    n = x.groupby(["kind", "value"])["account"].transform("nunique")
    out = set(x.loc[n > most, "account"])
    ring = _rings(links[~links["account"].isin(out)], most)
    ring |= {int(a): int(a) for a in out}
    return pd.Series(ring, dtype="int64").sort_index()


def ring_of__wrong_empty_raises(links, most):
    """Fails on a table without rows (a maximum over nothing), where the result should be empty."""
    top = max(links["account"])
    ring = _rings(links, most)
    return pd.Series(
        [ring[a] for a in range(int(top) + 1) if a in ring], index=sorted(ring), dtype="int64"
    )


def ring_of__wrong_changes_input(links, most):
    """Drops missing values and repeats in the caller's table (inplace); the result is right."""
    everyone = sorted(set(links["account"]))
    links.dropna(subset=["value"], inplace=True)
    links.drop_duplicates(inplace=True)
    ring = _rings(links, most)
    return pd.Series({int(a): ring.get(int(a), int(a)) for a in everyone}, dtype="int64")


def ring_of__wrong_device_and_address(links, most):
    """Hubs are counted per value over all kinds (groupby value), so a device shares its count with an address of the same name."""
    n = links.dropna(subset=["value"]).groupby("value")["account"].nunique()
    hubs = set(n[n > most].index)
    return pd.Series(
        _rings(links.assign(value=links["value"].where(~links["value"].isin(hubs))), most),
        dtype="int64",
    )


# ---------------------------------------------------------------- 9.11 risk_scores


def risk_scores__right_forest_and_boosting(train, y, test):
    f = lambda d: np.sign(d.to_numpy(float)) * np.log1p(np.abs(d.to_numpy(float)))
    rf = RandomForestClassifier(150, min_samples_leaf=3, random_state=0).fit(f(train), y)
    gb = HistGradientBoostingClassifier(
        max_iter=120, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=10, random_state=0
    ).fit(f(train), y)
    return (rf.predict_proba(f(test))[:, 1] + gb.predict_proba(f(test))[:, 1]) / 2


def risk_scores__right_forest(train, y, test):
    m = RandomForestClassifier(300, min_samples_leaf=2, random_state=1).fit(
        train.to_numpy(float), y
    )
    return m.predict_proba(test.to_numpy(float))[:, 1]


def risk_scores__right_trees_blend(train, y, test):
    a = (
        ExtraTreesClassifier(200, min_samples_leaf=2, random_state=0)
        .fit(train, y)
        .predict_proba(test)[:, 1]
    )
    b = (
        RandomForestClassifier(200, min_samples_leaf=2, random_state=0)
        .fit(train, y)
        .predict_proba(test)[:, 1]
    )
    return 0.4 * a + 0.6 * b


def risk_scores__wrong_amount(train, y, test):
    """Ranks by amount only: the baseline, which learns nothing."""
    return (test["amount"] / test["amount"].max()).to_numpy()


def risk_scores__wrong_logistic(train, y, test):
    """A plain logistic regression: about half of the way, because the attacks are combinations of features."""
    m = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(train, y)
    return m.predict_proba(test)[:, 1]


def risk_scores__wrong_hard_labels(train, y, test):
    """predict instead of predict_proba: zeros and ones, all equal within each class."""
    return RandomForestClassifier(100, random_state=0).fit(train, y).predict(test).astype(float)


def risk_scores__wrong_two_columns(train, y, test):
    """Returns both columns of predict_proba: shape (n_test, 2)."""
    return (
        RandomForestClassifier(100, min_samples_leaf=3, random_state=0)
        .fit(train, y)
        .predict_proba(test)
    )


def risk_scores__wrong_honest_column(train, y, test):
    """Takes column 0, the probability of an honest order: the order is turned round."""
    return (
        RandomForestClassifier(100, min_samples_leaf=3, random_state=0)
        .fit(train, y)
        .predict_proba(test)[:, 0]
    )


def risk_scores__wrong_isolation_only(train, y, test):
    """Isolation forest scores without the labels: finds the new attack, but few of the others."""
    m = IsolationForest(200, random_state=0).fit(train)
    s = -m.score_samples(test)
    return (s - s.min()) / (s.max() - s.min() + 1e-12)


def risk_scores__wrong_log_odds(train, y, test):
    """decision_function instead of a probability: numbers below 0 and above 1."""
    m = HistGradientBoostingClassifier(max_iter=60, random_state=0).fit(train, y)
    return m.decision_function(test)


# What is true of an answer: the misconceptions that it may be told.


def break_review_list__right_one_case_each(defect):
    """One hand-made case for each defect, a single order where that is enough."""
    return {
        "half_is_the_threshold": ([0.1], [500.0], 5.0, 1),
        "probability_rounded": ([0.3], [100.0], 5.0, 1),
        "amount_forgotten": ([0.9, 0.1], [10.0, 900.0], 5.0, 1),
        "largest_amount_first": ([0.9, 0.1], [100.0, 200.0], 5.0, 2),
        "cost_forgotten": ([0.5], [4.0], 5.0, 1),
        "wrong_column": ([0.01], [100.0], 5.0, 1),
    }[defect]


def break_review_list__right_certain_and_impossible(defect):
    """Probabilities of exactly 0 and 1, costs on the border."""
    if defect == "half_is_the_threshold":
        return [1.0, 1.0], [1.0, 100.0], 50.0, 2
    if defect == "probability_rounded":
        return [0.5, 1.0], [8.0, 8.0], 8.0, 8
    if defect == "amount_forgotten":
        return [1.0, 0.5], [8.0, 64.0], 8.0, 2
    if defect == "largest_amount_first":
        return [0.25, 1.0], [64.0, 32.0], 16.0, 1
    if defect == "cost_forgotten":
        return [1.0, 0.0], [16.0, 16.0], 16.0, 2
    return [0.0, 1.0], [16.0, 16.0], 16.0, 1


def break_review_list__right_one_case_for_all(defect):
    """One table on which all six defects show."""
    return [0.9, 0.1, 0.45, 0.95, 0.02], [150.0, 900.0, 20.0, 6.0, 40.0], 5.0, 5


def _lists(p, amount, cost, n):
    """The correct list and the six flawed ones."""
    rows = range(len(p))

    def by(value, allowed=lambda i: True):
        return sorted((i for i in rows if allowed(i)), key=lambda i: (-value[i], i))[:n]

    loss = [a * b for a, b in zip(p, amount)]
    worth = lambda i: loss[i] >= cost  # noqa: E731
    hard = [float(x >= 0.5) * a for x, a in zip(p, amount)]
    honest = [(1 - x) * a for x, a in zip(p, amount)]
    return {
        "": by(loss, worth),
        "half_is_the_threshold": by(loss, lambda i: p[i] >= 0.5),
        "probability_rounded": by(hard, lambda i: hard[i] >= cost),
        "amount_forgotten": by(p, worth),
        "largest_amount_first": by(amount, worth),
        "cost_forgotten": by(loss),
        "wrong_column": by(honest, lambda i: honest[i] >= cost),
    }


def break_review_list__right_random_search_once_more(defect):
    """Searches seeded random tables until the two lists are different sets or orders."""
    rng = random.Random(defect)
    while True:
        size = rng.randint(1, 8)
        p = [rng.randint(0, 20) / 20 for _ in range(size)]
        amount = [float(rng.randint(1, 1000)) for _ in range(size)]
        cost, n = float(rng.randint(1, 100)) + 0.123, rng.randint(1, 8)
        lists = _lists(p, amount, cost, n)
        if lists[defect] != lists[""]:
            return p, amount, cost, n


def break_review_list__right_grid_at_the_limits(defect):
    """Eccentric: the first hit of a small grid with amounts up to 1,000 and a cost up to 100."""
    grid = [(0.0625, 1000.0), (0.25, 512.0), (1.0, 64.0), (0.75, 128.0), (1.0, 100.0)]
    for n, cost in itertools.product((8, 1), (100.0, 62.5)):
        for size in (8, 2, 1):
            for orders in itertools.product(grid, repeat=min(size, 2)):
                orders = (orders * 4)[:size]
                p, amount = [a for a, _ in orders], [b for _, b in orders]
                lists = _lists(p, amount, cost, n)
                if lists[defect] != lists[""]:
                    return p, amount, cost, n
    raise LookupError(defect)


def _but(defect, wanted, case):
    return case if defect == wanted else break_review_list__right_one_case_each(defect)


def break_review_list__wrong_exactly_half(defect):
    """half_is_the_threshold: p = 0.5 counts as half or more, so both lists are [0]."""
    return _but(defect, "half_is_the_threshold", ([0.5], [100.0], 5.0, 1))


def break_review_list__wrong_half_becomes_one(defect):
    """probability_rounded: 0.5 becomes 1 and is worth a review either way."""
    return _but(defect, "probability_rounded", ([0.5], [100.0], 5.0, 1))


def break_review_list__wrong_likely_order_does_not_pay(defect):
    """amount_forgotten: 0.9 x 1 is below the cost, so both lists are [1]."""
    return _but(defect, "amount_forgotten", ([0.9, 0.1], [1.0, 1000.0], 5.0, 1))


def break_review_list__wrong_large_order_does_not_pay(defect):
    """largest_amount_first: 0.001 x 1,000 is below the cost, so both lists are [0]."""
    return _but(defect, "largest_amount_first", ([0.9, 0.001], [100.0, 1000.0], 5.0, 1))


def break_review_list__wrong_orders_agree(defect):
    """amount_forgotten: the likelier order has the larger loss too, both lists are [0, 1]."""
    return _but(defect, "amount_forgotten", ([0.9, 0.2], [100.0, 300.0], 5.0, 2))


def break_review_list__wrong_list_already_full(defect):
    """cost_forgotten: n = 1, and the best order pays, so nothing is left to fill."""
    return _but(defect, "cost_forgotten", ([0.9, 0.01], [100.0, 10.0], 5.0, 1))


def break_review_list__wrong_loss_equals_cost(defect):
    """cost_forgotten: 0.5 x 10 is exactly the cost, so it is worth a review in both."""
    return _but(defect, "cost_forgotten", ([0.5], [10.0], 5.0, 1))


def break_review_list__wrong_both_columns_pay(defect):
    """wrong_column: 0.9 x 100 and 0.1 x 100 both pay, so both lists are [0]."""
    return _but(defect, "wrong_column", ([0.9], [100.0], 5.0, 1))


def break_review_list__wrong_free_review(defect):
    """wrong_column with a cost of 0, which must be above 0."""
    return _but(defect, "wrong_column", ([0.9, 0.2], [10.0, 10.0], 0.0, 1))


def break_review_list__wrong_amount_above_limit(defect):
    """largest_amount_first with an amount of 5,000; at most 1,000."""
    return _but(defect, "largest_amount_first", ([0.9, 0.01], [1000.0, 5000.0], 5.0, 1))


def break_review_list__wrong_more_places_than_eight(defect):
    """cost_forgotten with n = 10; at most 8."""
    return _but(defect, "cost_forgotten", ([0.9, 0.01], [100.0, 10.0], 5.0, 10))


def break_review_list__wrong_percent(defect):
    """half_is_the_threshold with p in percent: 30 is above 1."""
    return _but(defect, "half_is_the_threshold", ([30.0], [1.0], 40.0, 1))


def break_review_list__wrong_cost_above_limit(defect):
    """half_is_the_threshold with a cost of 150; at most 100."""
    return _but(defect, "half_is_the_threshold", ([0.9], [160.0], 150.0, 1))


def break_review_list__wrong_only_order_of_equal_losses(defect):
    """largest_amount_first: equal losses, and the larger amount has the lower number: both [0, 1]."""
    return _but(defect, "largest_amount_first", ([0.25, 0.5], [200.0, 100.0], 5.0, 2))


def average_precision__right_group_ends(y, s):
    """Sorted once; cumulative counts at the last order of each group."""
    y, s = np.asarray(y).astype(bool), np.asarray(s)
    if not y.any():
        return math.nan
    order = np.argsort(s, kind="stable")[::-1]
    y, s = y[order], s[order]
    ends = np.r_[np.flatnonzero(s[1:] != s[:-1]), len(s) - 1]
    hits = np.cumsum(y)[ends]
    gained = np.diff(hits, prepend=0)
    return float((gained * (hits / (ends + 1))).sum() / y.sum())


def average_precision__right_sklearn_once_more(y, s):
    """sklearn, after the two cases of NaN."""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(average_precision_score(np.asarray(y).astype(int), s))


def average_precision__right_each_fraud_looks_up(y, s):
    """Every fraud: the precision of all orders that score at least what it scores."""
    y, s = np.asarray(y) == 1, np.asarray(s)
    precisions = [float(y[s >= own].mean()) for own in s[y]]
    return math.fsum(precisions) / len(precisions) if precisions else math.nan


def average_precision__right_fractions(y, s):
    """Eccentric: dictionary of counts by score, exact fractions."""
    counts = defaultdict(lambda: [0, 0])
    for label, score in zip(y, s):
        counts[score.item()][0] += 1
        counts[score.item()][1] += int(label)
    frauds = sum(found for _, found in counts.values())
    if frauds == 0:
        return float("nan")
    total = Fraction(0)
    flagged = hits = 0
    for score in sorted(counts, reverse=True):
        size, found = counts[score]
        flagged, hits = flagged + size, hits + found
        total += Fraction(found, frauds) * Fraction(hits, flagged)
    return float(total)


def average_precision__right_pandas_once_more(y, s):
    """groupby the score, cumulative sums."""
    table = pd.DataFrame({"y": np.asarray(y).astype(int), "s": s})
    if table["y"].sum() == 0:
        return np.nan
    groups = table.groupby("s")["y"].agg(["sum", "size"]).sort_index(ascending=False)
    precision = groups["sum"].cumsum() / groups["size"].cumsum()
    return float((precision * groups["sum"]).sum() / groups["sum"].sum())


def _ap(y, s):
    """The usual answer without its guards; s may be any key."""
    y, s = np.asarray(y).astype(int), np.asarray(s)
    order = np.argsort(s, kind="stable")[::-1]
    y, s = y[order], s[order]
    ends = np.r_[np.flatnonzero(s[1:] != s[:-1]), len(s) - 1]
    hits = np.cumsum(y)[ends]
    return float((np.diff(hits, prepend=0) * hits / (ends + 1)).sum() / y.sum())


def average_precision__wrong_honest_first_in_ties(y, s):
    """Orders of one score are taken one by one, frauds last: y = [1, 1, 0], s = [1, 1, 1]: 0.58."""
    order = np.lexsort((np.asarray(y), -np.asarray(s, dtype=float)))
    y = np.asarray(y)[order].astype(int)
    if y.sum() == 0:
        return float("nan")
    return float((np.cumsum(y) / np.arange(1, len(y) + 1))[y == 1].mean())


def average_precision__wrong_no_fraud_is_zero(y, s):
    """0 instead of NaN when there is no fraud: y = [0], s = [1]."""
    if len(y) == 0:
        return float("nan")
    return _ap(y, s) if np.any(y) else 0.0


def average_precision__wrong_no_orders_raises(y, s):
    """No orders at all: s[0] raises an IndexError."""
    order = np.argsort(-np.asarray(s, dtype=float), kind="stable")
    y, s = np.asarray(y).astype(int)[order], np.asarray(s, dtype=float)[order]
    last, hits, before, total = s[0], 0, 0, 0.0
    for k in range(len(y) + 1):
        if k == len(y) or s[k] != last:
            total += (hits - before) * hits / k
            before = hits
        if k < len(y):
            last, hits = s[k], hits + y[k]
    return float(total / hits) if hits else float("nan")


def average_precision__wrong_scores_rounded(y, s):
    """Groups by six decimals: y = [1, 0], s = [2e-9, 1e-9] are one group: 0.5, not 1."""
    return _ap(y, np.round(s, 6)) if np.any(y) else float("nan")


def average_precision__wrong_isclose(y, s):
    """Neighbours within np.isclose are one group: y = [1, 0], s = [1.000001, 1.0]: 0.5, not 1."""
    if not np.any(y):
        return float("nan")
    order = np.argsort(-np.asarray(s, dtype=float), kind="stable")
    y, s = np.asarray(y).astype(int)[order], np.asarray(s, dtype=float)[order]
    group = np.r_[0, np.cumsum(~np.isclose(s[1:], s[:-1]))]
    return _ap(y, -group)


def average_precision__wrong_negative_scores_never_flagged(y, s):
    """Thresholds stop at 0: y = [1], s = [-1.0] gives 0, not 1."""
    y, s = np.asarray(y) == 1, np.asarray(s)
    if not y.any():
        return float("nan")
    return float(sum(y[s >= own].mean() for own in s[y] if own >= 0) / y.sum())


def average_precision__wrong_interpolated_once_more(y, s):
    """The precision is the best at this recall or more: y = [0, 1, 1], s = [3, 2, 1]: 0.67, not 0.58."""
    y, s = np.asarray(y).astype(int), np.asarray(s)
    if not y.any():
        return float("nan")
    cuts = np.unique(s)[::-1]
    hits = np.array([y[s >= c].sum() for c in cuts])
    precision = hits / np.array([(s >= c).sum() for c in cuts])
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float((np.diff(hits, prepend=0) * envelope).sum() / y.sum())


def average_precision__wrong_each_group_once(y, s):
    """The mean over scores with a fraud, however many: y = [1, 0, 1, 1], s = [3, 2, 1, 1]."""
    y, s = np.asarray(y) == 1, np.asarray(s)
    if not y.any():
        return float("nan")
    return float(np.mean([y[s >= own].mean() for own in np.unique(s[y])]))


def average_precision__wrong_bool_labels_raise(y, s):
    """-y is a TypeError for bool: y = [True, False], s = [2, 1]."""
    if not np.any(y):
        return float("nan")
    order = np.lexsort((-y, -np.asarray(s, dtype=float)))
    return _ap(y[order], np.asarray(s)[order])


def average_precision__wrong_neighbours_only(y, s):
    """Groups are made of neighbouring rows, without a sort: y = [0, 1], s = [1, 2]: 0.5, not 1."""
    frauds = int(np.sum(y))
    if frauds == 0:
        return float("nan")
    total, hits, flagged = 0.0, 0, 0
    for _, rows in itertools.groupby(zip(s, y), key=lambda row: row[0]):
        labels = [int(label) for _, label in rows]
        flagged, hits = flagged + len(labels), hits + sum(labels)
        total += sum(labels) / frauds * hits / flagged
    return total


def average_precision__wrong_hundred_bins(y, s):
    """100 equal bins from smallest to largest: y = [1, 0, 0], s = [1.001, 1.0, 9.0] joins two."""
    if not np.any(y):
        return float("nan")
    s = np.asarray(s, dtype=float)
    edges = np.linspace(s.min(), s.max(), 101)
    return _ap(y, np.digitize(s, edges[1:-1]))


def average_precision__wrong_no_honest_is_nan(y, s):
    """NaN also when there is no honest order: y = [1], s = [1]; it is 1."""
    if len(y) == 0 or np.min(y) == np.max(y):
        return float("nan")
    return _ap(y, s)


def average_precision__wrong_single_precision(y, s):
    """Scores become float32: y = [1, 0], s = [1 + 1e-9, 1.0] are one group: 0.5, not 1."""
    return _ap(y, np.asarray(s, dtype=np.float32)) if np.any(y) else float("nan")


def cheapest_action__right_table_argmin(p, amount, review, friction, margin, fee=0.0):
    """A table of costs, rounded, argmin; then the failed scores."""
    p, amount = np.asarray(p, dtype=float), np.asarray(amount, dtype=float)
    costs = np.column_stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    action = costs.round(9).argmin(axis=1)
    action[~((p >= 0) & (p <= 1))] = 1
    return action


def cheapest_action__right_loop_with_tolerance(p, amount, review, friction, margin, fee=0.0):
    """A loop; a higher number must be cheaper by more than a tolerance."""
    actions = []
    for q, a in zip(p, amount):
        q, a = float(q), float(a)
        if math.isnan(q) or q < 0 or q > 1:
            actions.append(1)
            continue
        costs = (q * (a - margin * a + fee), review, (1 - q) * (margin * a + friction))
        least = min(costs)
        actions.append(next(k for k in range(3) if costs[k] <= least + 1e-7))
    return np.array(actions, dtype=int)


def cheapest_action__right_fractions(p, amount, review, friction, margin, fee=0.0):
    """Exact fractions of the decimals that the floats stand for, with the tolerance."""

    def exact(x):
        return Fraction(repr(float(x)))

    r, f, m, c = map(exact, (review, friction, margin, fee))
    action = np.ones(len(p), dtype=int)
    for i in range(len(p)):
        if 0 <= p[i] <= 1:
            q, a = exact(p[i]), exact(amount[i])
            costs = [q * ((1 - m) * a + c), r, (1 - q) * (m * a + f)]
            least = min(costs) + Fraction(1, 10**9)
            action[i] = [cost <= least for cost in costs].index(True)
    return action


def cheapest_action__right_select(p, amount, review, friction, margin, fee=0.0):
    """np.select with pairwise comparisons."""
    p, amount = np.asarray(p, dtype=float), np.asarray(amount, dtype=float)
    to_pass = p * (amount * (1 - margin) + fee)
    to_block = (1 - p) * (amount * margin + friction)
    near = 1e-6
    with np.errstate(invalid="ignore"):
        failed = np.isnan(p) | (p < 0) | (p > 1)
        passes = (to_pass <= review + near) & (to_pass <= to_block + near)
        reviews = review <= to_block + near
    return np.select([failed, passes, reviews], [1, 0, 1], default=2)


def cheapest_action__right_critical_probabilities(p, amount, review, friction, margin, fee=0.0):
    """Eccentric: a tournament, reduce over (cost, action), Python's round."""

    def better(one, other):
        return other if round(other[0] - one[0], 7) < 0 else one

    def act(q, a):
        if not 0 <= q <= 1:
            return 1
        costs = q * (a * (1 - margin) + fee), review, (1 - q) * (a * margin + friction)
        return functools.reduce(better, zip(costs, range(3)))[1]

    return np.fromiter((act(float(q), float(a)) for q, a in zip(p, amount)), dtype=int)


def _act(
    p,
    amount,
    review,
    friction,
    margin,
    fee,
    *,
    goods=None,
    block=None,
    decide=lambda c: c.round(9).argmin(axis=1),
    valid=None,
):
    """The usual answer with holes for slips."""
    p, amount = np.asarray(p, dtype=float), np.asarray(amount, dtype=float)
    costs = np.empty((len(p), 3))
    costs[:, 0] = p * (((1 - margin) * amount if goods is None else goods) + fee)
    costs[:, 1] = review
    costs[:, 2] = (1 - p) * (margin * amount + friction if block is None else block)
    action = decide(costs)
    action[~((p >= 0) & (p <= 1) if valid is None else valid)] = 1
    return action


def cheapest_action__wrong_no_tolerance(p, amount, review, friction, margin, fee=0.0):
    """argmin of raw floats: p = [0.1], amount = [70], review = 6.3, friction = 100, margin = 0.1."""
    return _act(p, amount, review, friction, margin, fee, decide=lambda c: c.argmin(axis=1))


def cheapest_action__wrong_relative_tolerance(p, amount, review, friction, margin, fee=0.0):
    """np.isclose has rtol 1e-5: p = [0.5], amount = [1000.002], review = 500, friction = 2000, margin = 0."""

    def decide(costs):
        return np.isclose(costs, costs.min(axis=1, keepdims=True)).argmax(axis=1)

    return _act(p, amount, review, friction, margin, fee, decide=decide)


def cheapest_action__wrong_nan_passes_once_more(p, amount, review, friction, margin, fee=0.0):
    """NaN is neither below 0 nor above 1, and argmin takes it: p = [nan] is passed."""
    p = np.asarray(p, dtype=float)
    return _act(p, amount, review, friction, margin, fee, valid=~((p < 0) | (p > 1)))


def cheapest_action__wrong_only_nan_fails(p, amount, review, friction, margin, fee=0.0):
    """Numbers outside 0 to 1 are used: p = [1.5] is blocked."""
    valid = ~np.isnan(np.asarray(p, dtype=float))
    return _act(p, amount, review, friction, margin, fee, valid=valid)


def cheapest_action__wrong_zero_and_one_fail(p, amount, review, friction, margin, fee=0.0):
    """0 and 1 are taken for failed scores: p = [0.0] is reviewed, not passed."""
    p = np.asarray(p, dtype=float)
    return _act(p, amount, review, friction, margin, fee, valid=(p > 0) & (p < 1))


def cheapest_action__wrong_higher_number_of_equals(p, amount, review, friction, margin, fee=0.0):
    """Of equal costs the more careful action: p = [0.5], amount = [20], review = 5, friction = 20, margin = 0.5."""
    return _act(
        p,
        amount,
        review,
        friction,
        margin,
        fee,
        decide=lambda c: 2 - c[:, ::-1].round(9).argmin(axis=1),
    )


def cheapest_action__wrong_fee_forgotten_once_more(p, amount, review, friction, margin, fee=0.0):
    """No fee: p = [0.1], amount = [40], review = 4, friction = 100, margin = 0.25, fee = 15: pass."""
    return _act(p, amount, review, friction, margin, 0.0)


def cheapest_action__wrong_block_without_margin(p, amount, review, friction, margin, fee=0.0):
    """The lost margin of a blocked order is forgotten: p = [0.5], amount = [80], review = 6, friction = 10, margin = 0.25."""
    return _act(p, amount, review, friction, margin, fee, block=friction)


def cheapest_action__wrong_whole_amount_lost_once_more(
    p, amount, review, friction, margin, fee=0.0
):
    """The goods cost all of the amount: p = [0.1], amount = [60], review = 5, friction = 100, margin = 0.25."""
    goods = np.asarray(amount, dtype=float)
    return _act(p, amount, review, friction, margin, fee, goods=goods)


def cheapest_action__wrong_margin_swapped(p, amount, review, friction, margin, fee=0.0):
    """margin and 1 - margin change places: p = [0.1], amount = [80], review = 5, friction = 100, margin = 0.25."""
    return _act(p, amount, review, friction, 1 - margin, fee)


def cheapest_action__wrong_mean_amount(p, amount, review, friction, margin, fee=0.0):
    """One threshold for all, from the mean amount: p = [0.1, 0.1], amount = [1, 999], review = 5, friction = 100, margin = 0."""
    amount = np.full(len(p), np.mean(amount) if len(p) else 0.0)
    return _act(p, amount, review, friction, margin, fee)


def cheapest_action__wrong_costs_in_dtype_of_amount(p, amount, review, friction, margin, fee=0.0):
    """Costs of integer amounts are cut: p = [0.5], amount = np.array([11]), review = 5, friction = 100, margin = 0."""
    p, amount = np.asarray(p, dtype=float), np.asarray(amount)
    costs = np.zeros((3, len(p)), dtype=amount.dtype)
    valid = (p >= 0) & (p <= 1)
    q = np.where(valid, p, 0)
    costs[0] = q * ((1 - margin) * amount + fee)
    costs[1] = review
    costs[2] = (1 - q) * (margin * amount + friction)
    return np.where(valid, costs.round(9).argmin(axis=0), 1)


def cheapest_action__wrong_rounded_to_cents(p, amount, review, friction, margin, fee=0.0):
    """Costs are rounded to cents: p = [0.5], amount = [10.002], review = 5, friction = 100, margin = 0."""
    decide = lambda c: c.round(2).argmin(axis=1)  # noqa: E731
    return _act(p, amount, review, friction, margin, fee, decide=decide)


def cheapest_action__wrong_no_fee_means_fifteen(p, amount, review, friction, margin, fee=0.0):
    """fee or 15: a fee of 0 becomes 15: p = [0.3], amount = [4], review = 5, friction = 100, margin = 0.25: pass."""
    return _act(p, amount, review, friction, margin, fee or 15)


def matured_time_split__right_two_masks(t, cutoff, delay):
    """Two masks and flatnonzero."""
    t = np.asarray(t, dtype=float)
    return (
        np.flatnonzero((t < cutoff) & (t + delay <= cutoff)),
        np.flatnonzero(t >= cutoff),
    )


def matured_time_split__right_lists(t, cutoff, delay):
    """One pass over the rows."""
    train, test = [], []
    for row, day in enumerate(np.asarray(t).tolist()):
        if day >= cutoff:
            test.append(row)
        elif cutoff - day >= delay:
            train.append(row)
    return np.array(train, dtype=int), np.array(test, dtype=int)


def matured_time_split__right_fractions_recursion(t, cutoff, delay):
    """Eccentric: divide and conquer over the rows with exact fractions."""
    days = [Fraction(float(day)) for day in t]
    now, wait = Fraction(float(cutoff)), Fraction(float(delay))

    def part(low, high):
        if high - low > 1:
            middle = (low + high) // 2
            left, right = part(low, middle), part(middle, high)
            return left[0] + right[0], left[1] + right[1]
        rows = list(range(low, high))
        return (
            [i for i in rows if days[i] < now and days[i] + wait <= now],
            [i for i in rows if not days[i] < now],
        )

    return tuple(np.asarray(rows, dtype=np.int64) for rows in part(0, len(days)))


def matured_time_split__right_sorted_search(t, cutoff, delay):
    """Sorted, cut with searchsorted, the row numbers sorted again."""
    t = np.asarray(t, dtype=float)
    order = np.argsort(t, kind="stable")
    from_cutoff = np.searchsorted(t[order], cutoff, side="left")
    final = min(np.searchsorted(t[order], cutoff - delay, side="right"), from_cutoff)
    return np.sort(order[:final]), np.sort(order[from_cutoff:])


def matured_time_split__right_pandas_once_more(t, cutoff, delay):
    """A label for each row: pandas groups."""
    day = pd.Series(np.asarray(t, dtype=float))
    part = pd.Series("between", index=day.index)
    part[day.add(delay).le(cutoff)] = "train"
    part[day.ge(cutoff)] = "test"
    return tuple(part.index[part == name].to_numpy(dtype=int) for name in ("train", "test"))


def _split(t, cutoff, delay, train=None, test=None):
    t = np.asarray(t, dtype=float)
    train = (t < cutoff) & (t + delay <= cutoff) if train is None else train(t)
    test = t >= cutoff if test is None else test(t)
    return np.flatnonzero(train), np.flatnonzero(test)


def matured_time_split__wrong_row_in_both_parts(t, cutoff, delay):
    """No t < cutoff: t = [100], cutoff = 100, delay = 0 is in both parts."""
    return _split(t, cutoff, delay, train=lambda t: t + delay <= cutoff)


def matured_time_split__wrong_final_day_excluded(t, cutoff, delay):
    """t + delay < cutoff: t = [40], cutoff = 100, delay = 60 is not in train."""
    return _split(t, cutoff, delay, train=lambda t: (t < cutoff) & (t + delay < cutoff))


def matured_time_split__wrong_cutoff_day_excluded(t, cutoff, delay):
    """t > cutoff: t = [100], cutoff = 100 is not in test."""
    return _split(t, cutoff, delay, test=lambda t: t > cutoff)


def matured_time_split__wrong_rows_by_day(t, cutoff, delay):
    """Rows are ordered by day, not ascending: t = [120, 110], cutoff = 100 gives test [1, 0]."""
    train, test = _split(t, cutoff, delay)
    t = np.asarray(t)
    return train[np.argsort(t[train], kind="stable")], test[np.argsort(t[test], kind="stable")]


def matured_time_split__wrong_needs_sorted_days(t, cutoff, delay):
    """searchsorted on days as they come: t = [130, 10], cutoff = 100, delay = 60."""
    t = np.asarray(t)
    start = np.searchsorted(t, cutoff, side="left")
    end = min(np.searchsorted(t, cutoff - delay, side="right"), start)
    return np.arange(end), np.arange(start, len(t))


def matured_time_split__wrong_whole_delay(t, cutoff, delay):
    """delay is cut to whole days: t = [40], cutoff = 100, delay = 60.5 is in train."""
    return _split(t, cutoff, int(delay))


def matured_time_split__wrong_whole_days(t, cutoff, delay):
    """Days of orders are cut: t = [40.5], cutoff = 100, delay = 60 is in train."""
    return _split(np.floor(t), cutoff, delay)


def matured_time_split__wrong_no_delay_means_sixty(t, cutoff, delay):
    """delay or 60: t = [90], cutoff = 100, delay = 0 is not in train."""
    return _split(t, cutoff, delay or 60)


def matured_time_split__wrong_row_of_first_equal_day(t, cutoff, delay):
    """Rows are looked up by day: t = [10, 10], cutoff = 100, delay = 60 gives train [0, 0]."""
    days = np.asarray(t).tolist()
    train = [days.index(day) for day in days if day < cutoff and day + delay <= cutoff]
    return np.array(train, dtype=int), np.array(
        [days.index(day) for day in days if day >= cutoff], dtype=int
    )


def matured_time_split__wrong_empty_train_raises(t, cutoff, delay):
    """A ValueError for a part without rows: t = [110], cutoff = 100, delay = 60."""
    train, test = _split(t, cutoff, delay)
    if not len(train) or not len(test):
        raise ValueError("a part has no rows")
    return train, test


def matured_time_split__wrong_test_ends_after_delay(t, cutoff, delay):
    """Test ends at cutoff + delay: t = [161], cutoff = 100, delay = 60 is not in test."""
    return _split(t, cutoff, delay, test=lambda t: (t >= cutoff) & (t <= cutoff + delay))


def matured_time_split__wrong_cutoff_day_in_train(t, cutoff, delay):
    """With a delay of 0 the day of the cutoff goes to train, not test: t = [100], cutoff = 100."""
    train, test = _split(t, cutoff, delay, train=lambda t: t + delay <= cutoff)
    return train, test[~np.isin(test, train)]


def matured_time_split__wrong_isclose(t, cutoff, delay):
    """np.isclose at the border: t = [99940.5], cutoff = 100000, delay = 60 is in train."""
    close = lambda t: (t < cutoff) & ((t + delay <= cutoff) | np.isclose(t + delay, cutoff))  # noqa: E731
    return _split(t, cutoff, delay, train=close)


def _same(fn, t, cutoff, delay):
    """Does fn return the right rows?"""
    days = np.array(t)
    train, test = fn(days.copy(), cutoff, delay)
    want_train = [i for i, d in enumerate(t) if d < cutoff and d + delay <= cutoff]
    want_test = [i for i, d in enumerate(t) if d >= cutoff]
    return [int(i) for i in train] == want_train and [int(i) for i in test] == want_test


def _safely(test):
    @functools.wraps(test)
    def verdict(fn):
        try:
            return bool(test(fn))
        except Exception:
            return False

    return verdict


_MANY_DAYS = [130, 40, 100, 10, 160, 99, 40.5, 39.5, 100, 101, 40, 99.75, 100.25, 161, 300, 0, 70]


def kill_matured_split__right_borders_by_hand(fn):
    """Unsorted days with every border, several delays, compared with two conditions."""
    try:
        return all(
            _same(fn, _MANY_DAYS, 100, delay) for delay in (60, 0, 60.5, 59.5, 0.25, 1, 1000)
        ) and all(_same(fn, [float(d) for d in _MANY_DAYS], c, 60) for c in (100.5, 99.75, 161))
    except Exception:
        return False


def kill_matured_split__right_random_grid(fn):
    """A hundred random tables on a coarse grid, so that borders are met often."""
    rng = np.random.default_rng(7)
    for _ in range(100):
        t = (rng.integers(0, 24, size=rng.integers(0, 12)) / 4).tolist()
        if rng.random() < 0.3:
            t = [int(day) for day in t]
        cutoff = float(rng.choice([*t, rng.integers(0, 24) / 4]))
        delay = float(rng.choice([0, rng.integers(0, 12) / 4, 30]))
        try:
            if not _same(fn, t, cutoff, delay):
                return False
        except Exception:
            return False
    return True


@_safely
def kill_matured_split__right_all_small_tables(fn):
    """Eccentric: all tables of up to two days on a grid of halves."""
    grid = (0.0, 0.5, 1.0, 1.5, 2.0, 5.0)
    return all(
        _same(fn, days, cutoff, delay)
        for size in range(3)
        for days in itertools.product(grid, repeat=size)
        for cutoff, delay in (
            (1.0, 0.0),
            (1.25, 0.25),
            (1.5, 0.5),
            (2.0, 1.0),
            (2.0, 1.5),
            (2.0, 7.0),
        )
    )


@_safely
def kill_matured_split__right_written_rows(fn):
    """Rows written down for each delay; np.array_equal for lists and arrays."""
    t = np.array([120.0, 40.0, 100.0, 40.0, 99.5, 10.0, 400.0, 41.0, 100.0, 39.75, 40.25, 0, 99.75])
    test = [0, 2, 6, 8]
    train = {
        60: [1, 3, 5, 9, 11],
        0: [1, 3, 4, 5, 7, 9, 10, 11, 12],
        0.5: [1, 3, 4, 5, 7, 9, 10, 11],
        0.75: [1, 3, 5, 7, 9, 10, 11],
        59.75: [1, 3, 5, 9, 10, 11],
        60.25: [5, 9, 11],
        90: [5, 11],
        500: [],
    }
    for delay, rows in train.items():
        got = fn(t.copy(), 100.0, delay)
        if not (np.array_equal(got[0], rows) and np.array_equal(got[1], test)):
            return False
    return True


@_safely
def kill_matured_split__right_row_by_row(fn):
    """Properties: the fate of each row alone, then together, then of shifted and permuted days."""
    rng = random.Random(3)
    for _ in range(60):
        t = [rng.randint(-8, 40) / 4 for _ in range(rng.randint(0, 9))]
        cutoff, delay = rng.choice([0, 1.25, 4, 5, 6]), rng.choice([0, 0.25, 0.75, 1, 2, 3, 50])
        train, test = (list(map(int, part)) for part in fn(np.array(t, float), cutoff, delay))
        if train != sorted(set(train)) or test != sorted(set(test)) or set(train) & set(test):
            return False
        for row, day in enumerate(t):
            alone = [len(part) for part in fn(np.array([day]), cutoff, delay)]
            fate = [row in train, row in test]
            late = day >= cutoff
            if fate != [not late and cutoff - day >= delay, late] or alone != list(map(int, fate)):
                return False
        if set(train + test) - set(range(len(t))):
            return False
    return True


@_safely
def kill_matured_split__wrong_example_only_once_more(fn):
    """Only the example, which all eight wrong ones pass."""
    return _same(fn, [10, 30, 90, 110, 130], 100, 60)


@_safely
def kill_matured_split__wrong_lengths_only(fn):
    """Compares how many rows: accepts rows in another order, and a row twice for another."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        t = rng.integers(0, 20, size=10) / 2
        cutoff, delay = 5.0, float(rng.integers(0, 8) / 4)
        train, test = fn(t.copy(), cutoff, delay)
        want = (t < cutoff) & (t + delay <= cutoff)
        if len(train) != want.sum() or len(test) != (t >= cutoff).sum():
            return False
    return True


@_safely
def kill_matured_split__wrong_lists_refused(fn):
    """Calls .tolist(), so a right one that returns lists is rejected."""
    t = np.array(_MANY_DAYS)
    for delay in (60, 0, 60.5, 0.25, 1000):
        train, test = fn(t.copy(), 100, delay)
        if train.tolist() != np.flatnonzero((t < 100) & (t + delay <= 100)).tolist():
            return False
        if test.tolist() != np.flatnonzero(t >= 100).tolist():
            return False
    return True


@_safely
def kill_matured_split__wrong_no_day_on_a_border(fn):
    """Days drawn from continuous numbers never lie on a border: <= or < does not matter."""
    rng = np.random.default_rng(1)
    return all(
        _same(fn, np.round(rng.uniform(0, 200, 30) * 64) / 64 + 1 / 128, 100, delay)
        for delay in (0, 7, 30, 60)
    )


@_safely
def kill_matured_split__wrong_sorted_days_only(fn):
    """The days are sorted and different: accepts searchsorted on t, rows by day, first equal day."""
    t = sorted(set(_MANY_DAYS))
    return all(_same(fn, t, 100, delay) for delay in (60, 0, 60.5, 59.5, 0.25, 1000))


@_safely
def kill_matured_split__wrong_one_whole_delay(fn):
    """Only whole days and a delay of 60: accepts mistakes at delay 0 and with fractions."""
    return _same(fn, [int(day) for day in _MANY_DAYS], 100, 60)


@_safely
def kill_matured_split__wrong_dtype_demanded(fn):
    """Demands dtype int64 of both parts: a right one that returns lists is rejected."""
    for delay in (60, 0, 60.5, 1000):
        if any(np.asarray(part).dtype != np.int64 for part in fn(np.array([400, 0]), 100, delay)):
            return False
        if not isinstance(fn(np.array([10]), 100, 0)[0], np.ndarray):
            return False
    return kill_matured_split__right_borders_by_hand(fn)


@_safely
def kill_matured_split__wrong_list_of_days(fn):
    """Gives t as a list: right ones that compute t + delay on an array raise and are rejected."""
    for delay in (60, 0, 60.5, 1000):
        train, test = fn(list(_MANY_DAYS), 100, delay)
        rows = range(len(_MANY_DAYS))
        if list(train) != [i for i in rows if _MANY_DAYS[i] < 100 and _MANY_DAYS[i] + delay <= 100]:
            return False
        if list(test) != [i for i in rows if _MANY_DAYS[i] >= 100]:
            return False
    return True


@_safely
def kill_matured_split__wrong_decimal_fractions(fn):
    """Days that are no binary fractions: rejects a right one that compares t with cutoff - delay."""
    return kill_matured_split__right_borders_by_hand(fn) and all(
        _same(fn, [0.1 * k for k in range(20)], 0.1 * cut, 0.1 * delay)
        for cut in range(3, 20)
        for delay in range(4)
    )


@_safely
def kill_matured_split__wrong_delay_of_zero_only(fn):
    """Only a delay of 0: accepts t + delay < cutoff, and delays that are made whole."""
    return all(_same(fn, _MANY_DAYS, cutoff, 0) for cutoff in (100, 40, 40.5, 99.75, 0, 500))


@_safely
def kill_matured_split__wrong_properties_only(fn):
    """Checks that parts are ascending, apart and on their side; accepts rows that are missing."""
    t = np.array(_MANY_DAYS)
    if not _same(fn, [10, 30, 90, 110, 130], 100, 60):
        return False
    for delay in (60, 0, 60.5, 0.25, 1000):
        train, test = ([int(i) for i in part] for part in fn(t.copy(), 100, delay))
        if train != sorted(train) or test != sorted(test) or set(train) & set(test):
            return False
        if any(t[i] + delay > 100 for i in train) or any(t[i] < 100 for i in test):
            return False
    return True


@_safely
def kill_matured_split__wrong_one_order_at_a_time(fn):
    """Tables of one order: accepts everything that goes wrong with order or repeated days."""
    return all(
        _same(fn, [day], 100, delay)
        for day in _MANY_DAYS
        for delay in (60, 0, 60.5, 59.5, 0.25, 1000)
    )


def review_queue__right_whole_percent(sup, ano, budget, mix):
    """Whole percent, sorted lists, sets."""
    places = budget * round(mix * 100) // 100

    def ranked(s):
        return sorted((i for i in range(len(s)) if s[i] == s[i]), key=lambda i: (-s[i], i))

    by_sup, by_ano = ranked(sup), ranked(ano)
    queue = by_sup[: budget - places]
    for ranked_rows in (by_ano, by_sup):
        taken = set(queue)
        queue += [i for i in ranked_rows if i not in taken][: budget - len(queue)]
    return queue


def review_queue__right_numpy(sup, ano, budget, mix):
    """Stable argsort, masks of the taken rows."""
    sup, ano = np.asarray(sup, dtype=float), np.asarray(ano, dtype=float)
    places = int(np.floor(budget * mix + 1e-6))
    taken = np.zeros(len(sup), dtype=bool)
    queue = []
    for s, room in ((sup, budget - places), (ano, budget), (sup, budget)):
        order = np.argsort(-s, kind="stable")
        order = order[~np.isnan(s[order]) & ~taken[order]]
        order = order[: min(room, budget - len(queue))]
        taken[order] = True
        queue += order.tolist()
    return queue


def review_queue__right_decimal_pandas(sup, ano, budget, mix):
    """Decimal for the places, pandas for ranks, dict.fromkeys against repetition."""
    places = int(Decimal(budget) * Decimal(str(round(float(mix), 2))))
    lists = []
    for s in (sup, ano):
        s = pd.Series(np.asarray(s, dtype=float)).dropna()
        lists.append(s.sort_values(ascending=False, kind="stable").index.tolist())
    first = lists[0][: budget - places]
    return list(dict.fromkeys(first + lists[1] + lists[0]))[:budget]


def review_queue__right_heaps(sup, ano, budget, mix):
    """Eccentric: two heaps and a plan of who may take each place."""
    heaps = []
    for s in (sup, ano):
        heap = [(-float(x), i) for i, x in enumerate(s) if not math.isnan(x)]
        heapq.heapify(heap)
        heaps.append(heap)
    for_ano = math.floor(Fraction(round(100 * mix), 100) * budget)
    queue, used = [], set()

    def serve(heap, places):
        while heap and places > 0:
            _, i = heapq.heappop(heap)
            if i not in used:
                used.add(i)
                queue.append(i)
                places -= 1
        return places

    left = serve(heaps[0], budget - for_ano)
    left = serve(heaps[1], for_ano + left)
    serve(heaps[0], left)
    return queue


def review_queue__right_place_by_place(sup, ano, budget, mix):
    """No sorting: for each place the best order that is not in the queue."""
    places = int(round(budget * mix, 6))
    sup, ano = list(map(float, sup)), list(map(float, ano))

    def best(s, queue):
        rest = [i for i, x in enumerate(s) if not math.isnan(x) and i not in queue]
        return [max(rest, key=lambda i: (s[i], -i))] if rest else []

    queue = []
    for place in range(budget):
        if place < budget - places:
            queue += best(sup, queue) or best(ano, queue)
        else:
            queue += best(ano, queue) or best(sup, queue)
    return queue


def _ranks(s):
    s = np.asarray(s, dtype=float)
    order = np.argsort(-s, kind="stable")
    return order[~np.isnan(s[order])].tolist()


def _queue(by_sup, by_ano, budget, places):
    queue = by_sup[: budget - places]
    for ranked in (by_ano, by_sup):
        queue += [i for i in ranked if i not in queue][: budget - len(queue)]
    return queue


def review_queue__wrong_float_costs_a_place(sup, ano, budget, mix):
    """int(budget * mix): budget = 100, mix = 0.29 gives the detector 28 places."""
    return _queue(_ranks(sup), _ranks(ano), budget, int(budget * mix))


def review_queue__wrong_places_rounded(sup, ano, budget, mix):
    """round, not down: sup = [2, 1], ano = [1, 2], budget = 1, mix = 0.6 takes order 1, not 0."""
    return _queue(_ranks(sup), _ranks(ano), budget, round(budget * mix))


def review_queue__wrong_nan_at_the_end(sup, ano, budget, mix):
    """NaN sorts last but is not dropped: sup = [nan, 1], ano = [nan, 1], budget = 2 takes order 0."""
    by_sup = np.argsort(-np.asarray(sup, dtype=float), kind="stable").tolist()
    by_ano = np.argsort(-np.asarray(ano, dtype=float), kind="stable").tolist()
    return _queue(by_sup, by_ano, budget, budget * round(100 * mix) // 100)


def review_queue__wrong_higher_number_first(sup, ano, budget, mix):
    """argsort()[::-1]: sup = [1, 1], ano = [1, 1], budget = 2, mix = 0 gives [1, 0]."""

    def ranked(s):
        return [i for i in np.argsort(s, kind="stable")[::-1].tolist() if not np.isnan(s[i])]

    return _queue(ranked(sup), ranked(ano), budget, budget * round(100 * mix) // 100)


def review_queue__wrong_detector_does_not_fill(sup, ano, budget, mix):
    """ano takes its own places only: sup = [nan, nan], ano = [2, 1], budget = 2, mix = 0.5 gives [0]."""
    places = budget * round(100 * mix) // 100
    queue = _ranks(sup)[: budget - places]
    queue += [i for i in _ranks(ano) if i not in queue][:places]
    if len(_ranks(ano)) < places:
        queue += [i for i in _ranks(sup) if i not in queue][: budget - len(queue)]
    return queue


def review_queue__wrong_model_does_not_fill(sup, ano, budget, mix):
    """sup does not take what ano leaves: sup = [2, 1], ano = [nan, nan], budget = 2, mix = 0.5."""
    queue = _ranks(sup)[: budget - budget * round(100 * mix) // 100]
    return queue + [i for i in _ranks(ano) if i not in queue][: budget - len(queue)]


def review_queue__wrong_filled_in_the_middle(sup, ano, budget, mix):
    """What ano leaves goes to sup before ano: sup = [3, 2, 1], ano = [nan, nan, 1], 3 places, mix 0.67."""
    places = budget * round(100 * mix) // 100
    by_sup, by_ano = _ranks(sup), _ranks(ano)
    full = _queue(by_sup, by_ano, budget, places)
    from_ano = [i for i in by_ano if i not in by_sup[: budget - places]]
    from_ano = from_ano[: max(places, budget - len(by_sup))]
    from_ano = [i for i in from_ano if i in full]
    return [i for i in full if i not in from_ano] + from_ano


def review_queue__wrong_iterator_runs_dry(sup, ano, budget, mix):
    """next() raises when fewer orders than places have a score: sup = ano = [1], budget = 2, mix = 0."""
    places = budget * round(100 * mix) // 100
    queue = _ranks(sup)[: budget - places]
    rest = iter([i for i in _ranks(ano) + _ranks(sup) if i not in queue])
    while len(queue) < budget:
        i = next(rest)
        if i not in queue:
            queue.append(i)
    return queue


def review_queue__wrong_needs_both_scores(sup, ano, budget, mix):
    """Orders with one NaN are dropped: sup = [1], ano = [nan], budget = 1, mix = 0 gives []."""
    bad = np.isnan(np.asarray(sup, dtype=float)) | np.isnan(np.asarray(ano, dtype=float))
    sup, ano = np.where(bad, np.nan, sup), np.where(bad, np.nan, ano)
    return _queue(_ranks(sup), _ranks(ano), budget, budget * round(100 * mix) // 100)


def review_queue__wrong_last_zero_places(sup, ano, budget, mix):
    """[-0:] is everything: sup = [2, 1], ano = [1, 2], budget = 1, mix = 0 gives two orders."""
    places = budget * round(100 * mix) // 100
    queue = _ranks(sup)[: budget - places]
    rest = [i for i in _ranks(ano) if i not in queue][::-1]
    need = min(budget - len(queue), len(rest)) if places else 0
    queue += rest[-need:][::-1]
    return queue + [i for i in _ranks(sup) if i not in queue][: max(0, budget - len(queue))]


def review_queue__wrong_budget_cut_first(sup, ano, budget, mix):
    """The share of min(budget, n): sup = [3, 2, 1, 0], ano = [0, 1, 2, 3], budget = 6, mix = 0.5."""
    budget = min(budget, len(sup))
    return _queue(_ranks(sup), _ranks(ano), budget, budget * round(100 * mix) // 100)


def review_queue__wrong_filled_without_scores(sup, ano, budget, mix):
    """Orders without any score fill the queue: sup = [nan], ano = [nan], budget = 1 gives [0]."""
    queue = _queue(_ranks(sup), _ranks(ano), budget, budget * round(100 * mix) // 100)
    return queue + [i for i in range(len(sup)) if i not in queue][: budget - len(queue)]


def review_queue__wrong_ties_by_other_score(sup, ano, budget, mix):
    """Equal sup are ordered by ano: sup = [1, 1], ano = [1, 2], budget = 1, mix = 0 gives [1]."""

    def ranked(s, other):
        rows = [i for i in range(len(s)) if not np.isnan(s[i])]
        return sorted(rows, key=lambda i: (-s[i], -np.nan_to_num(other[i], nan=-1e300), i))

    places = budget * round(100 * mix) // 100
    return _queue(ranked(sup, ano), ranked(ano, sup), budget, places)


def review_queue__wrong_tolerance_of_a_hundredth(sup, ano, budget, mix):
    """floor(x + 0.01) makes 0.99 a place: sup = 1 to 34, ano = 34 to 1, budget = 33, mix = 0.03."""
    places = math.floor(budget * mix + 0.01 + 1e-9)
    return _queue(_ranks(sup), _ranks(ano), budget, places)


def prior_correct__right_counts(p, kept):
    """Frauds over frauds plus honest orders, all multiplied by kept."""
    p = np.asarray(p, dtype=float)
    return p * kept / (p * kept + (1 - p))


def prior_correct__right_loop(p, kept):
    """A loop; honest orders divided by kept."""
    corrected = []
    for q in p:
        honest = (1.0 - float(q)) / kept
        corrected.append(float(q) / (float(q) + honest))
    return np.array(corrected, dtype=float)


def prior_correct__right_log_odds(p, kept):
    """logit, log(kept), expit: right at 0 and 1 too, where the logit is infinite."""
    return special.expit(special.logit(np.asarray(p, dtype=float)) + math.log(kept))


def prior_correct__right_fractions(p, kept):
    """Eccentric: exact fractions."""
    k = Fraction(float(kept))
    exact = [Fraction(float(q)) for q in p]
    return np.fromiter((float(q * k / (q * k + 1 - q)) for q in exact), dtype=float)


def prior_correct__right_complement(p, kept):
    """One minus the share of honest orders where p is large; the Bayes factor where it is small."""
    p = np.array(p, dtype=float)
    honest = 1 - p
    total = honest + kept * p
    return np.where(p > 0.5, 1 - honest / total, kept * p / total)


def prior_correct__wrong_clipped_to_millionths(p, kept):
    """p is clipped to 1e-6 .. 1 - 1e-6: p = [1.0], kept = 1e-6 gives 0.5, not 1."""
    q = np.clip(p, 1e-6, 1 - 1e-6)
    return special.expit(np.log(q / (1 - q)) + np.log(kept))


def prior_correct__wrong_four_decimals(p, kept):
    """Rounded to four decimals: p = [0.001], kept = 0.01 gives 0, not 0.00001."""
    p = np.asarray(p, dtype=float)
    return (p * kept / (p * kept + 1 - p)).round(4)


def prior_correct__wrong_one_is_percent(p, kept):
    """kept of 1 or more is taken for percent: p = [0.5], kept = 1 gives 0.0099, not 0.5."""
    if kept >= 1:
        kept = kept / 100
    p = np.asarray(p, dtype=float)
    return p * kept / (p * kept + 1 - p)


def prior_correct__wrong_of_hundred_orders(p, kept):
    """Counts in 100 orders are rounded: p = [0.004], kept = 0.5 gives 0."""
    frauds = np.round(100 * np.asarray(p, dtype=float))
    return frauds / (frauds + (100 - frauds) / kept)


def prior_correct__wrong_whole_honest_orders(p, kept):
    """The honest orders per 100 are made whole: p = [0.5], kept = 0.3 gives 50 / 217."""
    frauds = 100 * np.asarray(p, dtype=float)
    return frauds / (frauds + np.round((100 - frauds) / kept))


def prior_correct__wrong_no_orders_raises(p, kept):
    """The check of the range raises on an empty array: p = []."""
    if np.min(p) < 0 or np.max(p) > 1:
        raise ValueError("p is no probability")
    return p * kept / (p * kept + 1 - p)


def prior_correct__wrong_single_precision(p, kept):
    """float32 makes 1 - 1e-8 a 1: p = [1 - 1e-8], kept = 1e-6 gives 1, not 0.99."""
    p = np.asarray(p, dtype=np.float32)
    return (p * kept / (p * kept + (1 - p))).astype(float)


def prior_correct__wrong_epsilon(p, kept):
    """1e-9 is added to the denominator: p = [1.0], kept = 1e-9 gives 0.5, not 1."""
    p = np.asarray(p, dtype=float)
    return p * kept / (p * kept + 1 - p + 1e-9)


def prior_correct__wrong_small_p_kept(p, kept):
    """Probabilities below kept are left: p = [0.2], kept = 0.4 gives 0.2, not 0.09."""
    p = np.asarray(p, dtype=float)
    return np.where(p > kept, p * kept / (p * kept + 1 - p), p)


def prior_correct__wrong_vectorize_whole_zero(p, kept):
    """np.vectorize takes the dtype of its first result, 0: p = [0.0, 0.5] gives [0, 0]."""

    def one(q):
        if q == 0:
            return 0
        return float(q * kept / (q * kept + 1 - q))

    return np.vectorize(one)(p)


def prior_correct__wrong_whole_percent_kept(p, kept):
    """kept is rounded to whole percent: p = [0.5], kept = 0.005 is taken for 0.01."""
    kept = max(round(kept, 2), 0.01)
    p = np.asarray(p, dtype=float)
    return p * kept / (p * kept + 1 - p)


def prior_correct__wrong_stands_for_whole_orders(p, kept):
    """An honest order stands for int(1 / kept): p = [0.5], kept = 0.4 gives 1/3, not 2/7."""
    p = np.asarray(p, dtype=float)
    return p / (p + (1 - p) * int(1 / kept + 1e-9))


_CORRECTED = {}


def prior_correct__wrong_remembers_p_only(p, kept):
    """A cache forgets kept: the same p = [0.5] with another kept has the first answer."""
    key = np.asarray(p, dtype=float).tobytes()
    if key not in _CORRECTED:
        p = np.asarray(p, dtype=float)
        _CORRECTED[key] = p * kept / (p * kept + 1 - p)
    return _CORRECTED[key].copy()


def weighted_rate__right_average_once_more(y, prob):
    """np.average with weights 1 / prob."""
    y = np.asarray(y, dtype=float)
    known = ~np.isnan(y)
    if not known.any():
        return float("nan")
    return float(np.average(y[known], weights=1 / np.asarray(prob, dtype=float)[known]))


def weighted_rate__right_loop_fsum(y, prob):
    """A loop and exact sums."""
    frauds, orders = [], []
    for label, chance in zip(y, prob):
        if label == label:
            orders.append(1 / float(chance))
            frauds.append(float(label) / float(chance))
    return math.fsum(frauds) / math.fsum(orders) if orders else math.nan


def weighted_rate__right_fractions(y, prob):
    """Eccentric: exact fractions by class."""
    stands_for = {0: Fraction(0), 1: Fraction(0)}
    for label, chance in zip(y, prob):
        if not math.isnan(label):
            stands_for[int(label)] += 1 / Fraction(float(chance))
    total = stands_for[0] + stands_for[1]
    return float(stands_for[1] / total) if total else float("nan")


def weighted_rate__right_pandas_once_more(y, prob):
    """A table, dropna on y, weights relative to the smallest chance."""
    table = pd.DataFrame({"y": np.asarray(y, dtype=float), "prob": np.asarray(prob, dtype=float)})
    table = table.dropna(subset=["y"])
    weight = table["prob"].min() / table["prob"]
    return float((weight * table["y"]).sum() / weight.sum()) if len(table) else math.nan


def weighted_rate__right_nansum_once_more(y, prob):
    """nansum, with y / y + 1 tricks replaced by where."""
    y, prob = np.asarray(y, dtype=float), np.asarray(prob, dtype=float)
    weight = np.where(np.isnan(y), 0.0, np.reciprocal(prob))
    with np.errstate(invalid="ignore"):
        return float(np.nansum(weight * y) / np.float64(weight.sum()))


def _rate(y, weight):
    y = np.asarray(y, dtype=float)
    known = ~np.isnan(y)
    if not known.any():
        return float("nan")
    return float((y[known] * weight[known]).sum() / weight[known].sum())


def weighted_rate__wrong_no_label_is_zero(y, prob):
    """0 instead of NaN without labels: y = [nan], prob = [0.5]."""
    rate = _rate(y, 1 / np.asarray(prob, dtype=float))
    return 0.0 if math.isnan(rate) else rate


def weighted_rate__wrong_no_label_raises(y, prob):
    """A ZeroDivisionError without labels: y = [nan], prob = [0.5]."""
    pairs = [(float(a), 1 / float(b)) for a, b in zip(y, prob) if not np.isnan(a)]
    return sum(a * w for a, w in pairs) / sum(w for _, w in pairs)


def weighted_rate__wrong_weights_capped(y, prob):
    """Weights are capped at 10: y = [0, 1], prob = [1, 0.01] gives 10/11, not 100/101."""
    return _rate(y, np.minimum(1 / np.asarray(prob, dtype=float), 10))


def weighted_rate__wrong_whole_weights(y, prob):
    """Weights are cut to whole orders: y = [0, 1], prob = [1, 0.4] gives 2/3, not 2.5/3.5."""
    return _rate(y, np.floor(1 / np.asarray(prob, dtype=float)))


def weighted_rate__wrong_honest_not_weighted(y, prob):
    """Only frauds are weighted: y = [0, 1], prob = [0.25, 1] gives 1/2, not 1/5."""
    weight = np.where(np.asarray(y) == 1, 1 / np.asarray(prob, dtype=float), 1.0)
    return _rate(y, weight)


def weighted_rate__wrong_mean_chance_of_a_class(y, prob):
    """One weight for each class, 1 / mean(prob): y = [0, 1, 1], prob = [1, 1, 0.25]."""
    y, prob = np.asarray(y, dtype=float), np.asarray(prob, dtype=float)
    count = {}
    for label in (0, 1):
        chances = prob[y == label]
        count[label] = len(chances) / chances.mean() if len(chances) else 0.0
    total = count[0] + count[1]
    return float(count[1] / total) if total else float("nan")


def weighted_rate__wrong_no_fraud_is_nan(y, prob):
    """NaN when no labelled order is a fraud: y = [0], prob = [1]; the rate is 0."""
    if not np.nansum(y):
        return float("nan")
    return _rate(y, 1 / np.asarray(prob, dtype=float))


def weighted_rate__wrong_two_decimals_of_prob(y, prob):
    """prob is rounded to two decimals: y = [0, 1], prob = [1, 0.125] gives 0.12 as chance."""
    return _rate(y, 1 / np.maximum(np.round(prob, 2), 0.01))


def weighted_rate__wrong_aligned_by_position(y, prob):
    """Labels are squeezed together, chances are not: y = [nan, 0, 1], prob = [0.5, 1, 0.5]."""
    labels = np.asarray(y, dtype=float)
    labels = labels[~np.isnan(labels)]
    return _rate(labels, 1 / np.asarray(prob, dtype=float)[: len(labels)])


def weighted_rate__wrong_four_decimals(y, prob):
    """Rounded to four decimals: y = [0, 1], prob = [0.00001, 1] gives 0."""
    return round(_rate(y, 1 / np.asarray(prob, dtype=float)), 4)


def weighted_rate__wrong_epsilon(y, prob):
    """1e-6 is added to prob: y = [0, 1], prob = [1, 1e-6] gives half of the weight."""
    return _rate(y, 1 / (np.asarray(prob, dtype=float) + 1e-6))


def weighted_rate__wrong_weights_only_if_blocked(y, prob):
    """Weighted only where the same chance has a blocked order: y = [0, 1], prob = [1, 0.25]: 1/2."""
    y, prob = np.asarray(y, dtype=float), np.asarray(prob, dtype=float)
    blocked = np.isin(prob, prob[np.isnan(y)])
    return _rate(y, np.where(blocked, 1 / prob, 1.0))


def weighted_rate__wrong_integer_power(y, prob):
    """prob ** -1 raises for integers: y = [0, 1], prob = np.array([1, 1])."""
    return _rate(y, np.asarray(prob) ** -1)


def weighted_rate__wrong_rare_passes_dropped(y, prob):
    """Orders with a chance below 0.05 are left out: y = [0, 1], prob = [1, 0.01] gives 0."""
    prob = np.asarray(prob, dtype=float)
    return _rate(np.where(prob < 0.05, np.nan, y), 1 / prob)


def _review_list(p, amount, cost, n, defect=None):
    if defect == "probability_rounded":
        p = [1.0 if x >= 0.5 else 0.0 for x in p]
    if defect == "wrong_column":
        p = [1 - x for x in p]
    loss = [round(x * a, 9) for x, a in zip(p, amount)]
    worth = [i for i in range(len(p)) if loss[i] >= cost]
    if defect == "half_is_the_threshold":
        worth = [i for i in range(len(p)) if p[i] >= 0.5]
    if defect == "cost_forgotten":
        worth = list(range(len(p)))
    key = {"amount_forgotten": p, "largest_amount_first": amount}.get(defect, loss)
    return sorted(worth, key=lambda i: (-key[i], i))[:n]


_ORDERS = {
    "half_is_the_threshold": ([0.25], [400.0], 5.0, 1),
    "probability_rounded": ([0.25], [400.0], 5.0, 1),
    "amount_forgotten": ([0.75, 0.25], [40.0, 400.0], 5.0, 1),
    "largest_amount_first": ([0.25, 0.75], [100.0, 80.0], 5.0, 1),
    "cost_forgotten": ([0.25], [4.0], 5.0, 1),
    "wrong_column": ([0.0], [40.0], 5.0, 1),
}


def _orders_but(defect, name, p, amount, cost, n):
    return (p, amount, cost, n) if defect == name else _ORDERS[defect]


def break_review_list__right_smallest_cases(defect):
    """One or two orders by hand."""
    p, amount, cost, n = _ORDERS[defect]
    return list(p), list(amount), cost, n


def break_review_list__right_one_queue_for_all(defect):
    """The same eight orders, in a list of three, show all six defects."""
    p = [0.125, 0.75, 0.5, 0.25, 0.0, 1.0, 0.0625, 0.875]
    amount = [1000.0, 40.0, 100.0, 900.0, 500.0, 8.0, 16.0, 4.0]
    return p, amount, 100.0 if defect == "cost_forgotten" else 10.0, 8


def break_review_list__right_search(defect):
    """Random whole percentages and amounts until own copies of both lists differ."""
    rng = np.random.default_rng(len(defect))
    while True:
        p = (rng.integers(0, 101, 5) / 100).tolist()
        amount = rng.integers(1, 1001, 5).astype(float).tolist()
        if _review_list(p, amount, 60.0, 3) != _review_list(p, amount, 60.0, 3, defect):
            return p, amount, 60.0, 3


def break_review_list__wrong_half_same_choice(defect):
    """half_is_the_threshold: p of 0.5 and more, and all of them worth a review: the same list."""
    return _orders_but(
        defect, "half_is_the_threshold", [0.5, 0.9, 0.1], [300.0, 200.0, 20.0], 5.0, 3
    )


def break_review_list__wrong_rounded_same_order(defect):
    """probability_rounded: 0.9 x 200 and 0.6 x 100 keep their order, 0.2 x 20 is not worth it."""
    return _orders_but(defect, "probability_rounded", [0.9, 0.6, 0.2], [200.0, 100.0, 20.0], 5.0, 2)


def break_review_list__wrong_amount_of_order_below_cost(defect):
    """amount_forgotten: the order with the largest p is not worth a review, so it is in neither list."""
    return _orders_but(defect, "amount_forgotten", [0.9, 0.25], [4.0, 400.0], 5.0, 1)


def break_review_list__wrong_largest_amount_not_worth_it(defect):
    """largest_amount_first: the dearest order is not worth a review, so both lists begin alike."""
    return _orders_but(defect, "largest_amount_first", [0.001, 0.75], [1000.0, 80.0], 5.0, 1)


def break_review_list__wrong_cost_with_short_list(defect):
    """cost_forgotten: n is reached by orders that pay, so the last one is cut off anyway."""
    return _orders_but(defect, "cost_forgotten", [0.5, 0.5, 0.01], [100.0, 80.0, 10.0], 5.0, 2)


def break_review_list__wrong_column_of_a_half(defect):
    """wrong_column: p and 1 - p swap the roles of two orders of equal amount and equal p, 0.5."""
    return _orders_but(defect, "wrong_column", [0.5, 0.5, 0.5], [100.0, 90.0, 40.0], 5.0, 3)


def break_review_list__wrong_expensive_order(defect):
    """amount_forgotten is shown with an order of 2,500 USD: at most 1,000 are allowed."""
    return _orders_but(defect, "amount_forgotten", [0.9, 0.25], [40.0, 2500.0], 5.0, 1)


def break_review_list__wrong_free_review_once_more(defect):
    """cost_forgotten with a cost of 0 (and n above the number): above 0 is asked, and nothing differs."""
    return _orders_but(defect, "cost_forgotten", [0.5, 0.0], [40.0, 40.0], 0.0, 2)


def break_review_list__wrong_tied_losses(defect):
    """largest_amount_first: equal losses 0.5 x 100 and 0.25 x 200, number 0 has the larger amount too."""
    return _orders_but(defect, "largest_amount_first", [0.25, 0.5], [200.0, 100.0], 5.0, 2)


def average_precision__right_group_ends_once_more(y, s):
    """Stable sort, cumulative sums at the last order of each group."""
    y, s = np.asarray(y).astype(int), np.asarray(s)
    if not y.sum():
        return float("nan")
    order = np.argsort(s, kind="stable")[::-1]
    y, s = y[order], s[order]
    last = np.flatnonzero(np.r_[s[1:] != s[:-1], True])
    tp = np.cumsum(y)[last]
    return float((np.diff(np.r_[0, tp]) * tp / (last + 1)).sum() / y.sum())


def average_precision__right_fractions_by_threshold(y, s):
    """A Counter by score and exact fractions."""
    n, frauds = Counter(), Counter()
    for a, b in zip(np.asarray(y).tolist(), np.asarray(s).tolist()):
        n[b] += 1
        frauds[b] += int(a)
    total = sum(frauds.values())
    if total == 0:
        return math.nan
    ap, tp, flagged = Fraction(0), 0, 0
    for score in sorted(n, reverse=True):
        tp, flagged = tp + frauds[score], flagged + n[score]
        ap += Fraction(frauds[score], total) * Fraction(tp, flagged)
    return float(ap)


def average_precision__right_rank_of_each_fraud(y, s):
    """Mean over the frauds of the precision at their own score, with searchsorted on two sorted lists."""
    y, s = np.asarray(y).astype(bool), np.asarray(s)
    if not y.any():
        return float("nan")
    everyone, bad = np.sort(s), np.sort(s[y])
    at_least = len(everyone) - np.searchsorted(everyone, bad, side="left")
    frauds = len(bad) - np.searchsorted(bad, bad, side="left")
    return float(np.mean(frauds / at_least))


def _more_ap(y, s):
    return average_precision__right_group_ends_once_more(y, s)


def average_precision__wrong_scores_rounded_once_more(y, s):
    """Scores are rounded to ten decimals against float noise: 1e-12 and 2e-12 become one group."""
    return _more_ap(y, np.round(np.asarray(s, float), 10))


def average_precision__wrong_interpolated_once_more_a_second_time(y, s):
    """Precision is made monotone (the best at this recall or above): y = [0, 1, 1], s = [3, 2, 1]."""
    y, s = np.asarray(y).astype(int), np.asarray(s, float)
    if not y.sum():
        return float("nan")
    order = np.argsort(-s, kind="stable")
    y, s = y[order], s[order]
    last = np.flatnonzero(np.r_[s[1:] != s[:-1], True])
    tp = np.cumsum(y)[last]
    best = np.maximum.accumulate((tp / (last + 1))[::-1])[::-1]
    return float((np.diff(np.r_[0, tp]) * best).sum() / y.sum())


def average_precision__wrong_frauds_last_in_a_tie(y, s):
    """Ties are taken one by one, frauds last (the worst case): y = [1, 1, 0], all scores equal."""
    y, s = np.asarray(y).astype(int), np.asarray(s, float)
    if not y.sum():
        return float("nan")
    y = y[np.lexsort((y, -s))]
    return float((np.cumsum(y) / np.arange(1, len(y) + 1))[y == 1].mean())


def average_precision__wrong_hundred_thresholds(y, s):
    """Thresholds at the percentiles of the scores: groups are lost from about 100 orders on."""
    y, s = np.asarray(y).astype(int), np.asarray(s, float)
    if not y.sum():
        return float("nan")
    cuts = np.unique(np.quantile(s, np.linspace(0, 1, 101), method="inverted_cdf"))
    return _more_ap(y, np.searchsorted(cuts, s, side="left"))


def average_precision__wrong_sum_of_int8(y, s):
    """The builtin sum of int8 labels overflows at 128 frauds."""
    y, s = np.asarray(y), np.asarray(s, float)
    y = y.astype(np.int8) if y.dtype == bool else y
    with np.errstate(all="ignore"):
        frauds = sum(y)
    if frauds == 0:
        return float("nan")
    return float(_more_ap(y, s) * np.asarray(y, int).sum() / frauds)


def average_precision__wrong_empty_input_raises(y, s):
    """Begins with s.max(), which raises for no orders at all, instead of NaN."""
    y, s = np.asarray(y), np.asarray(s, float)
    top = s.max()
    return _more_ap(y, s - top)


def average_precision__wrong_single_precision_once_more(y, s):
    """Scores are compared as float32: 1 and 1 + 1e-9 become one group."""
    return _more_ap(y, np.asarray(s, np.float32))


def average_precision__wrong_labels_minus_one(y, s):
    """False positives by cumsum(1 - y) of y's own dtype: unsigned is fine, but bool raises a TypeError."""
    y, s = np.asarray(y), np.asarray(s, float)
    if not y.any():
        return float("nan")
    order = np.argsort(-s, kind="stable")
    y, s = y[order], s[order]
    last = np.flatnonzero(np.r_[s[1:] != s[:-1], True])
    tp, fp = np.cumsum(y)[last], np.cumsum(np.ones_like(y) - y)[last]
    return float((np.diff(np.r_[0, tp]) * tp / (tp + fp)).sum() / y.sum())


def cheapest_action__right_table_once_more(p, amount, review, friction, margin, fee=0.0):
    """A table of three columns, rounded to 9 decimals, argmin."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    cost = np.column_stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(p.shape, float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    valid = (p >= 0) & (p <= 1)
    cost[~valid] = [1, 0, 1]
    return cost.round(9).argmin(axis=1)


def cheapest_action__right_loop_fractions(p, amount, review, friction, margin, fee=0.0):
    """Exact fractions in a loop; less by more than 1e-9 is needed to go up a number."""
    r, f, m, c = (Fraction(float(x)) for x in (review, friction, margin, fee))
    out = []
    for x, a in zip(np.asarray(p, float).tolist(), np.asarray(amount, float).tolist()):
        if not 0 <= x <= 1:
            out.append(1)
            continue
        x, a = Fraction(x), Fraction(a)
        costs = [x * ((1 - m) * a + c), r, (1 - x) * (m * a + f)]
        out.append(next(i for i, v in enumerate(costs) if v <= min(costs) + Fraction(1, 10**6)))
    return np.array(out, dtype=int)


def cheapest_action__right_select_once_more(p, amount, review, friction, margin, fee=0.0):
    """np.select on pairwise comparisons with a tolerance of 1e-7."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    go = p * (amount - margin * amount + fee)
    stop = (1 - p) * (margin * amount + friction)
    eps = 1e-7
    bad = ~((p >= 0) & (p <= 1))
    choices = [bad, (go <= review + eps) & (go <= stop + eps), review <= stop + eps]
    return np.select(choices, [1, 0, 1], default=2)


def _costs(p, amount, review, friction, margin, fee):
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    cost = np.column_stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(p.shape, float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    return p, cost, ~((p >= 0) & (p <= 1))


def cheapest_action__wrong_relative_tolerance_once_more(
    p, amount, review, friction, margin, fee=0.0
):
    """np.isclose with its rtol of 1e-5: a review of 1,000 and a pass of 1,000.005 count as equal."""
    p, cost, bad = _costs(p, amount, review, friction, margin, fee)
    cost[bad] = [1, 0, 1]
    low = cost.min(axis=1, keepdims=True)
    return np.isclose(cost, low, atol=1e-9).argmax(axis=1)


def cheapest_action__wrong_rounded_to_cents_once_more(p, amount, review, friction, margin, fee=0.0):
    """Costs are rounded to cents: a review of 5 and a pass of 5.004 count as equal."""
    p, cost, bad = _costs(p, amount, review, friction, margin, fee)
    cost[bad] = [1, 0, 1]
    return cost.round(2).argmin(axis=1)


def cheapest_action__wrong_review_takes_dtype_of_amount(
    p, amount, review, friction, margin, fee=0.0
):
    """np.full_like(amount, review): with whole-number amounts a review of 2.5 costs 2."""
    p, cost, bad = _costs(p, amount, review, friction, margin, fee)
    cost[:, 1] = np.full_like(np.asarray(amount), review)
    cost[bad] = [1, 0, 1]
    return cost.round(9).argmin(axis=1)


def cheapest_action__wrong_neighbours_compared(p, amount, review, friction, margin, fee=0.0):
    """Pass against review, then review against block: a block that beats a pass below the review is missed."""
    p, cost, bad = _costs(p, amount, review, friction, margin, fee)
    go, look, stop = cost.T
    action = np.where(go <= look + 1e-9, 0, np.where(look <= stop + 1e-9, 1, 2))
    return np.where(bad, 1, action)


def cheapest_action__wrong_threshold_of_p(p, amount, review, friction, margin, fee=0.0):
    """p below review / loss passes: a loss of 0 and a free review give 0 / 0, and order 0 USD is reviewed."""
    p, cost, bad = _costs(p, amount, review, friction, margin, fee)
    amount = np.asarray(amount, float)
    loss, gain = (1 - margin) * amount + fee, margin * amount + friction
    with np.errstate(all="ignore"):
        ok = (p <= review / loss + 1e-12) & (p <= gain / (loss + gain) + 1e-12)
        stop = (1 - p) * gain < review - 1e-9
    return np.where(bad, 1, np.where(ok, 0, np.where(stop, 2, 1)))


def cheapest_action__wrong_nan_through_argmin(p, amount, review, friction, margin, fee=0.0):
    """(p < 0) | (p > 1) is False for NaN, and argmin stops at the first NaN: NaN passes."""
    p, cost, _ = _costs(p, amount, review, friction, margin, fee)
    action = cost.round(9).argmin(axis=1)
    action[(p < 0) | (p > 1)] = 1
    return action


def cheapest_action__wrong_certain_scores_failed(p, amount, review, friction, margin, fee=0.0):
    """The ends 0 and 1 count as failed scores (0 < p < 1): p = 0 is reviewed."""
    p, cost, _ = _costs(p, amount, review, friction, margin, fee)
    return np.where((p > 0) & (p < 1), cost.round(9).argmin(axis=1), 1)


def cheapest_action__wrong_honest_pass_earns(p, amount, review, friction, margin, fee=0.0):
    """The margin of an honest order is a gain of passing, and is lost by a block as well: counted twice."""
    p, cost, bad = _costs(p, amount, review, friction, margin, fee)
    cost[:, 0] -= (1 - p) * margin * np.asarray(amount, float)
    cost[bad] = [1, 0, 1]
    return cost.round(9).argmin(axis=1)


def matured_time_split__right_masks(t, cutoff, delay):
    """Two masks, in floats."""
    t = np.asarray(t, dtype=float)
    train = (t + delay <= cutoff) & (t < cutoff)
    return np.flatnonzero(train), np.flatnonzero(t >= cutoff)


def matured_time_split__right_sorted_then_row_order(t, cutoff, delay):
    """Sort, bisect, and sort the row numbers again."""
    t = np.asarray(t, dtype=float)
    order = np.argsort(t, kind="stable")
    days = t[order].tolist()
    start = bisect.bisect_left(days, cutoff)
    end = min(start, bisect.bisect_right(days, cutoff - delay))
    return np.sort(order[:end]), np.sort(order[start:])


def matured_time_split__right_fractions(t, cutoff, delay):
    """A loop with exact fractions and integer arrays."""
    train, test = [], []
    c, d = Fraction(float(cutoff)), Fraction(float(delay))
    for i, x in enumerate(np.asarray(t, dtype=float).tolist()):
        day = Fraction(x)
        if day >= c:
            test.append(i)
        elif c - day >= d:
            train.append(i)
    return np.array(train, dtype=np.intp), np.array(test, dtype=np.intp)


def matured_time_split__wrong_rows_by_time(t, cutoff, delay):
    """Row numbers in the order of the days, not ascending: t = [30, 10, 130], 100, 60."""
    t = np.asarray(t, float)
    order = np.argsort(t, kind="stable")
    x = t[order]
    return order[(x + delay <= cutoff) & (x < cutoff)], order[x >= cutoff]


def matured_time_split__wrong_whole_days_once_more(t, cutoff, delay):
    """Days are cut to whole numbers first: t = 40.5, cutoff 100, delay 60 becomes final."""
    t = np.floor(np.asarray(t, float))
    c = math.floor(cutoff)
    return np.flatnonzero((t + delay <= c) & (t < c)), np.flatnonzero(t >= c)


def matured_time_split__wrong_squeezed(t, cutoff, delay):
    """argwhere(...).squeeze(): a part with one row becomes a 0-dimensional array, t = [10, 130]."""
    t = np.asarray(t, float)
    train = (t + delay <= cutoff) & (t < cutoff)
    return np.argwhere(train).squeeze(), np.argwhere(t >= cutoff).squeeze()


def matured_time_split__wrong_last_mature_day_not_below_zero(t, cutoff, delay):
    """max(cutoff - delay, 0): with a delay longer than the history, day 0 counts as final."""
    t = np.asarray(t, float)
    last = max(cutoff - delay, 0)
    return np.flatnonzero((t <= last) & (t < cutoff)), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_one_row_per_day(t, cutoff, delay):
    """np.unique(..., return_index=True): of equal days only the first row is kept."""
    days, first = np.unique(np.asarray(t, float), return_index=True)
    train = (days + delay <= cutoff) & (days < cutoff)
    return np.sort(first[train]), np.sort(first[days >= cutoff])


def matured_time_split__wrong_gap_given_to_test_by_value(t, cutoff, delay):
    """The gap is closed when nothing is mature: the unripe orders go to test, t = [90], 100, 60."""
    t = np.asarray(t, float)
    train = np.flatnonzero((t + delay <= cutoff) & (t < cutoff))
    test = np.flatnonzero(t >= cutoff) if len(train) else np.arange(len(t))
    return train, test


def _more_split(t, cutoff, delay):
    t = [float(x) for x in t]
    train = [i for i, x in enumerate(t) if x < cutoff and x + delay <= cutoff]
    return train, [i for i, x in enumerate(t) if x >= cutoff]


_DAYS = [130, 40, 10, 100, 99, 40, 41, 100, 101, 0, 70, 130, 39.75, 40.25, 99.75, 100.25]


_SPLITS = [
    (days, cutoff, delay)
    for days in (_DAYS, sorted(_DAYS), _DAYS[::-1], [float(x) for x in range(120)], [-5, 3, 12, 8])
    for cutoff in (100, 40, 10, 0, 99.5, 200)
    for delay in (0, 60, 0.25, 0.5, 1, 30, 59.75, 500)
]


def kill_matured_split__right_all_boundaries(fn):
    """Many days, cutoffs and delays against a list comprehension."""
    try:
        for days, cutoff, delay in _SPLITS:
            train, test = fn(np.array(days), cutoff, delay)
            if (list(map(int, train)), list(map(int, test))) != _more_split(days, cutoff, delay):
                return False
        return True
    except Exception:
        return False


def kill_matured_split__right_written_rows_once_more(fn):
    """Answers written down; an empty history too."""
    t = np.array([100.0, 40, 39.5, 40.5, 99, 100, 130, 40, 99.5, -10])
    known = [
        (100, 60, [1, 2, 7, 9], [0, 5, 6]),
        (100, 0, [1, 2, 3, 4, 7, 8, 9], [0, 5, 6]),
        (100, 0.5, [1, 2, 3, 4, 7, 8, 9], [0, 5, 6]),
        (100, 0.75, [1, 2, 3, 4, 7, 9], [0, 5, 6]),
        (100, 59.75, [1, 2, 7, 9], [0, 5, 6]),
        (100, 59.5, [1, 2, 3, 7, 9], [0, 5, 6]),
        (100, 1, [1, 2, 3, 4, 7, 9], [0, 5, 6]),
        (99.75, 0, [1, 2, 3, 4, 7, 8, 9], [0, 5, 6]),
        (100, 105, [9], [0, 5, 6]),
        (100, 400, [], [0, 5, 6]),
        (500, 30, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], []),
        (40, 0, [2, 9], [0, 1, 3, 4, 5, 6, 7, 8]),
    ]
    for cutoff, delay, train, test in known:
        got = fn(t.copy(), cutoff, delay)
        if [list(np.asarray(x, dtype=float)) for x in got] != [train, test]:
            return False
    return all(len(x) == 0 for x in fn(np.array([], dtype=float), 100, 60))


def kill_matured_split__right_random_eighths(fn):
    """Random eighths of days, many of them on a boundary, against the definition row by row."""
    rng = np.random.default_rng(2)
    for _ in range(150):
        cutoff, delay = int(rng.integers(-8, 40)) / 8, int(rng.integers(0, 30)) / 8
        t = rng.integers(-20, 60, int(rng.integers(0, 30))) / 8
        near = rng.random(len(t)) < 0.4
        t[near] = rng.choice([cutoff, cutoff - delay, cutoff - delay + 0.125], int(near.sum()))
        try:
            got = [np.asarray(part).ravel().tolist() for part in fn(t.copy(), cutoff, delay)]
        except Exception:
            return False
        if got != list(_more_split(t, cutoff, delay)):
            return False
    return True


def _kill(fn, cases, read=lambda x: list(map(int, x))):
    try:
        for days, cutoff, delay in cases:
            train, test = fn(np.array(days), cutoff, delay)
            want = _more_split(days, cutoff, delay)
            if read(train) != read(want[0]) or read(test) != read(want[1]):
                return False
        return True
    except Exception:
        return False


def kill_matured_split__wrong_calls_tolist(fn):
    """train.tolist() stops for lists, which fn may return: refuses a right one."""
    try:
        for days, cutoff, delay in _SPLITS:
            train, test = fn(np.array(days), cutoff, delay)
            if (train.tolist(), test.tolist()) != _more_split(days, cutoff, delay):
                return False
        return True
    except Exception:
        return False


def kill_matured_split__wrong_decimal_days(fn):
    """Tries day 0.1, delay 0.4, cutoff 0.5, whose sums are not exact: refuses t <= cutoff - delay."""
    if not _kill(fn, _SPLITS):
        return False
    return [list(x) for x in fn(np.array([0.1, 0.6]), 0.5, 0.4)] == [[0], [1]]


def kill_matured_split__wrong_days_as_list(fn):
    """Gives t as a list: a right one that says t >= cutoff is refused."""
    if not _kill(fn, _SPLITS):
        return False
    try:
        train, test = fn([10, 30, 90, 110], 100, 60)
        return (list(train), list(test)) == ([0, 1], [3])
    except Exception:
        return False


def kill_matured_split__wrong_sets_once_more(fn):
    """Compares sets, with whole days and one delay: order, doubles and fractions are not seen."""
    return _kill(
        fn, [(d, 100, 60) for d in (_DAYS[:11], sorted(_DAYS[:11]))], lambda x: set(map(int, x))
    )


def kill_matured_split__wrong_no_delay_of_zero(fn):
    """Only delay 60 and whole sorted days: a delay of 0, fractions and order are not tried."""
    return _kill(fn, [(sorted(_DAYS[:9]), c, 60) for c in (100, 101, 130)])


def kill_matured_split__wrong_lengths_once_more(fn):
    """Compares the numbers of rows alone."""
    return _kill(fn, _SPLITS[:40], len)


def kill_matured_split__wrong_properties_only_once_more(fn):
    """Asks only that train is before the cutoff, mature, and apart from test: lost rows are not seen."""
    try:
        for days, cutoff, delay in _SPLITS:
            train, test = (np.asarray(x, dtype=int) for x in fn(np.array(days), cutoff, delay))
            t = np.array(days, float)
            if (
                (t[train] + delay > cutoff).any()
                or (t[test] < cutoff).any()
                or set(train) & set(test)
            ):
                return False
        train, test = fn(np.array([10, 30, 90, 110, 130]), 100, 60)
        return (list(train), list(test)) == ([0, 1], [3, 4])
    except Exception:
        return False


def kill_matured_split__wrong_random_days(fn):
    """Random real days never lie on a boundary, and the delay is 60: three or more wrong ones pass."""
    rng = np.random.default_rng(0)
    return _kill(fn, [(np.sort(rng.uniform(0, 150, 50)).tolist(), 100, 60) for _ in range(50)])


def kill_matured_split__wrong_dtype_asked(fn):
    """Wants an integer dtype of np.asarray: an empty list, which fn may return, becomes float."""
    if not _kill(fn, _SPLITS):
        return False
    return all(np.asarray(x).dtype.kind == "i" for x in fn(np.array([110, 120]), 100, 60))


def velocity_count__right_searchsorted_once_more(df, hours):
    """Sorted int64 nanoseconds of each entity, searchsorted left twice."""
    times = df["time"].array.as_unit("ns").asi8
    codes = pd.factorize(df["entity"])[0]
    span = pd.Timedelta(hours=hours).value
    counts = np.zeros(len(df), dtype=np.int64)
    for rows in pd.Series(np.arange(len(df))).groupby(codes).indices.values():
        t = times[rows]
        ordered = np.sort(t)
        counts[rows] = np.searchsorted(ordered, t) - np.searchsorted(ordered, t - span)
    return pd.Series(counts, index=df.index)


def velocity_count__right_two_pointers_once_more(df, hours):
    """One pass through the sorted orders with a pointer at the window's start, in exact integers."""
    times = df["time"].array.as_unit("ns").asi8.tolist()
    span = Fraction(float(hours)) * 3600 * 10**9
    rows = defaultdict(list)
    for i, e in enumerate(df["entity"].tolist()):
        rows[e].append((times[i], i))
    out = [0] * len(df)
    for history in rows.values():
        history.sort()
        first = same = 0
        for j, (t, i) in enumerate(history):
            if t != history[same][0]:
                same = j
            while history[first][0] < t - span:
                first += 1
            out[i] = same - first
    return pd.Series(out, index=df.index, dtype="int64")


def velocity_count__right_pairs_in_utc(df, hours):
    """All pairs of the same entity with Timedelta comparisons in UTC; no sorting at all."""
    t = pd.Series(
        df["time"].to_numpy()
        if df["time"].dt.tz is None
        else df["time"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy()
    )
    t = t.to_numpy().astype("datetime64[ns]")
    e = pd.factorize(df["entity"])[0]
    ago = t[:, None] - t[None, :]
    hit = (
        (e[:, None] == e[None, :])
        & (ago > np.timedelta64(0))
        & (ago <= pd.Timedelta(hours=hours).to_timedelta64())
    )
    return pd.Series(hit.sum(axis=1).astype(int), index=df.index)


def _velocity(times, entity, span, index):
    counts = np.zeros(len(times), dtype=np.int64)
    codes = pd.factorize(entity)[0]
    for rows in pd.Series(np.arange(len(times))).groupby(codes).indices.values():
        ordered = np.sort(times[rows])
        counts[rows] = np.searchsorted(ordered, times[rows]) - np.searchsorted(
            ordered, times[rows] - span
        )
    return pd.Series(counts, index=index)


def _ns(df):
    return df["time"].array.as_unit("ns").asi8


def velocity_count__wrong_unit_taken_for_microseconds(df, hours):
    """asi8 is read as microseconds, the unit of to_datetime today: times of datetime64[ns] or [s]."""
    return _velocity(df["time"].array.asi8, df["entity"], int(hours * 3_600_000_000), df.index)


def velocity_count__wrong_wall_clock_once_more(df, hours):
    """tz_localize(None) keeps the wall clock: in the night of a clock change an hour is lost or won."""
    t = df["time"].dt.tz_localize(None)
    return _velocity(
        t.array.as_unit("ns").asi8, df["entity"], pd.Timedelta(hours=hours).value, df.index
    )


def velocity_count__wrong_whole_seconds(df, hours):
    """Times are cut to seconds: an order 0.4 s earlier, within the same second, is not counted."""
    return _velocity(_ns(df) // 10**9, df["entity"], round(hours * 3600), df.index)


def velocity_count__wrong_seconds_without_days(df, hours):
    """dt.seconds instead of total_seconds(): an order 24 h 30 min ago counts as 30 min."""
    t, e = df["time"], pd.factorize(df["entity"])[0]
    out = []
    for i in range(len(df)):
        ago = (t.iloc[i] - t[e == e[i]]).dt
        out.append(int(((ago.days >= 0) & (ago.seconds > 0) & (ago.seconds <= hours * 3600)).sum()))
    return pd.Series(out, index=df.index, dtype="int64")


def velocity_count__wrong_equal_times_once(df, hours):
    """Times go through np.unique: two orders of the same minute count as one for a later order."""
    counts = np.zeros(len(df), dtype=np.int64)
    t, codes = _ns(df), pd.factorize(df["entity"])[0]
    span = pd.Timedelta(hours=hours).value
    for c in np.unique(codes):
        u = np.unique(t[codes == c])
        x = t[codes == c]
        counts[codes == c] = np.searchsorted(u, x) - np.searchsorted(u, x - span)
    return pd.Series(counts, index=df.index)


def velocity_count__wrong_index_labels_once_more(df, hours):
    """Counts are put back by label (.loc): with a repeated index, [0, 0], the last one wins."""
    right = velocity_count__right_searchsorted_once_more(df, hours)
    out = pd.Series(0, index=df.index)
    for label, value in right.items():
        out.loc[label] = value
    return out


def velocity_count__wrong_rows_by_time(df, hours):
    """Sorted by time and brought back with sort_index(): right only for an ascending index."""
    ordered = df.sort_values("time", kind="stable")
    return velocity_count__right_searchsorted_once_more(ordered, hours).sort_index()


def velocity_count__wrong_column_added(df, hours):
    """Writes a helper column into df, which is not to be changed."""
    df["code"] = pd.factorize(df["entity"])[0]
    return _velocity(_ns(df), df["code"], pd.Timedelta(hours=hours).value, df.index)


def _more_places(budget, mix):
    return int(budget) * int(round(float(mix) * 100)) // 100


def review_queue__right_orders(sup, ano, budget, mix):
    """Stable argsort without NaN, then four slices."""
    sup, ano = np.asarray(sup, float), np.asarray(ano, float)
    a = [int(i) for i in np.argsort(-sup, kind="stable") if not np.isnan(sup[i])]
    k = _more_places(budget, mix)
    first = a[: budget - k]
    b = [int(i) for i in np.argsort(-ano, kind="stable") if not np.isnan(ano[i])]
    b = [i for i in b if i not in set(first)]
    queue = first + b[:k]
    rest = [i for i in a + b if i not in set(queue)]
    return (queue + list(dict.fromkeys(rest)))[:budget]


def review_queue__right_heaps_once_more(sup, ano, budget, mix):
    """Two heaps; each place is filled by its list, and empty ones at the end by whoever still has orders."""
    heaps = []
    for x in (sup, ano):
        heap = [(-float(v), i) for i, v in enumerate(x) if not math.isnan(v)]
        heapq.heapify(heap)
        heaps.append(heap)
    k = math.floor(Fraction(str(round(float(mix), 2))) * int(budget))
    queue, taken = [], set()
    for which in [0] * (budget - k) + [1] * k + [0] * budget + [1] * budget:
        heap = heaps[which]
        while heap and heap[0][1] in taken:
            heapq.heappop(heap)
        if heap and len(queue) < budget:
            i = heapq.heappop(heap)[1]
            queue.append(i)
            taken.add(i)
    return queue


def review_queue__right_pandas_once_more(sup, ano, budget, mix):
    """Series, dropna, sort_values(stable), drop; decimals for the places."""
    a = pd.Series(np.asarray(sup, float)).dropna().sort_values(ascending=False, kind="stable")
    b = pd.Series(np.asarray(ano, float)).dropna().sort_values(ascending=False, kind="stable")
    k = int(decimal.Decimal(int(budget)) * decimal.Decimal(str(round(float(mix), 2))))
    first = a.index[: budget - k]
    second = b.index[~b.index.isin(first)][:k]
    queue = first.append(second)
    for more in (a.index, b.index):
        queue = queue.append(more[~more.isin(queue)])
    return queue[:budget].tolist()


def _more_queue(sup, ano, budget, k, a=None, b=None):
    sup, ano = np.asarray(sup, float), np.asarray(ano, float)
    a = (
        [int(i) for i in np.argsort(-sup, kind="stable") if not np.isnan(sup[i])]
        if a is None
        else a
    )
    b = (
        [int(i) for i in np.argsort(-ano, kind="stable") if not np.isnan(ano[i])]
        if b is None
        else b
    )
    first = a[: budget - k]
    second = [i for i in b if i not in first][:k]
    return list(dict.fromkeys(first + second + a + b))[:budget]


def review_queue__wrong_exact_binary_fraction(sup, ano, budget, mix):
    """Fraction(0.29) is the float's own value, a little below 29/100: 28 places of 100."""
    return _more_queue(sup, ano, budget, math.floor(Fraction(float(mix)) * int(budget)))


def review_queue__wrong_percent_cut(sup, ano, budget, mix):
    """int(mix * 100) * budget // 100: int(0.29 * 100) is 28."""
    return _more_queue(sup, ano, budget, int(mix * 100) * budget // 100)


def review_queue__wrong_model_share_rounded_down(sup, ano, budget, mix):
    """The model's places are rounded down instead: budget 5 and mix 0.5 give the detector 3."""
    return _more_queue(sup, ano, budget, budget - math.floor(round(budget * (1 - mix), 6)))


def review_queue__wrong_spare_places_in_front(sup, ano, budget, mix):
    """Places that the detector cannot use are given to the model at once, in front, and ano chooses after it."""
    k = min(_more_places(budget, mix), int((~np.isnan(np.asarray(ano, float))).sum()))
    return _more_queue(sup, ano, budget, k)


def review_queue__wrong_default_argsort(sup, ano, budget, mix):
    """The default argsort is not stable: 100 orders with equal scores."""
    sup, ano = np.asarray(sup, float), np.asarray(ano, float)
    a = [int(i) for i in np.argsort(-sup) if not np.isnan(sup[i])]
    b = [int(i) for i in np.argsort(-ano) if not np.isnan(ano[i])]
    return _more_queue(sup, ano, budget, _more_places(budget, mix), a, b)


def review_queue__wrong_both_scores_needed(sup, ano, budget, mix):
    """An order counts only if both lists score it: NaN in ano takes it out of sup's places."""
    sup, ano = np.array(sup, float), np.array(ano, float)
    none = np.isnan(sup) | np.isnan(ano)
    sup[none], ano[none] = np.nan, np.nan
    return _more_queue(sup, ano, budget, _more_places(budget, mix))


def review_queue__wrong_fill_by_row_number(sup, ano, budget, mix):
    """Free places at the end go to the lowest row numbers with a score, not to the other list's best."""
    sup, ano = np.asarray(sup, float), np.asarray(ano, float)
    k = _more_places(budget, mix)
    first = [int(i) for i in np.argsort(-sup, kind="stable") if not np.isnan(sup[i])][: budget - k]
    b = [
        int(i)
        for i in np.argsort(-ano, kind="stable")
        if not np.isnan(ano[i]) and int(i) not in first
    ]
    rest = np.flatnonzero(~np.isnan(sup) | ~np.isnan(ano)).tolist()
    return list(dict.fromkeys(first + b[:k] + rest))[:budget]


def review_queue__wrong_only_model_fills(sup, ano, budget, mix):
    """Only the model fills free places: sup all NaN and mix 0.5 leave half of the queue empty."""
    sup, ano = np.asarray(sup, float), np.asarray(ano, float)
    k = _more_places(budget, mix)
    a = [int(i) for i in np.argsort(-sup, kind="stable") if not np.isnan(sup[i])]
    b = [
        int(i)
        for i in np.argsort(-ano, kind="stable")
        if not np.isnan(ano[i]) and int(i) not in a[: budget - k]
    ]
    return list(dict.fromkeys(a[: budget - k] + b[:k] + a))[:budget]


def review_queue__wrong_missing_is_zero(sup, ano, budget, mix):
    """NaN becomes 0, which beats negative scores: sup = [-1, nan], and an order without a score is shown."""
    return _more_queue(
        np.nan_to_num(np.asarray(sup, float)),
        np.nan_to_num(np.asarray(ano, float)),
        budget,
        _more_places(budget, mix),
    )


def prior_correct__right_direct(p, kept):
    """Frauds over frauds plus honest ones by kept."""
    p = np.asarray(p, float)
    return kept * p / (kept * p + (1 - p))


def prior_correct__right_logit_shift(p, kept):
    """The intercept of a logistic regression: expit(logit(p) + log(kept))."""
    return special.expit(special.logit(np.asarray(p, float)) + math.log(kept))


def prior_correct__right_exact_orders(p, kept):
    """Exact fractions: p frauds and (1 - p) / kept honest orders, one at a time."""
    k = Fraction(float(kept))
    out = []
    for x in np.asarray(p, float).tolist():
        bad, good = Fraction(x), (1 - Fraction(x)) / k
        out.append(float(bad / (bad + good)))
    return np.array(out, dtype=float)


def prior_correct__wrong_clipped_probabilities(p, kept):
    """p is clipped to [1e-6, 1 - 1e-6]: p = 1 with kept = 1e-6 gives 0.5, not 1."""
    p = np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6)
    return kept * p / (kept * p + 1 - p)


def prior_correct__wrong_whole_number_of_orders(p, kept):
    """Each honest order stands for round(1 / kept) orders: kept = 0.3 gives 3, not 3.33."""
    p = np.asarray(p, float)
    return p / (p + (1 - p) * round(1 / kept))


def prior_correct__wrong_hundred_orders(p, kept):
    """Counts frauds among 100 orders, in whole numbers: p = 0.123 becomes 12."""
    bad = np.rint(100 * np.asarray(p, float))
    return bad / (bad + (100 - bad) / kept)


def prior_correct__wrong_rounded(p, kept):
    """The result is rounded to four decimals, as in the example: small probabilities become 0."""
    return prior_correct__right_direct(p, kept).round(4)


def prior_correct__wrong_weight_capped(p, kept):
    """A weight of at most 100 'for stability': kept = 0.001 is treated as 0.01."""
    p = np.asarray(p, float)
    return p / (p + (1 - p) * min(1 / kept, 100))


def prior_correct__wrong_single_precision_once_more(p, kept):
    """float32: p = 1 - 1e-9 becomes 1, and with kept = 1e-9 the answer is 1 instead of 0.5."""
    p = np.asarray(p, np.float32)
    return (kept * p / (kept * p + (1 - p))).astype(float)


def prior_correct__wrong_epsilon_once_more(p, kept):
    """1e-9 in the denominator: p = 1 with kept = 1e-9 gives 0.5."""
    p = np.asarray(p, float)
    return kept * p / (kept * p + 1 - p + 1e-9)


def prior_correct__wrong_empty_checked_by_min(p, kept):
    """Checks the range by p.min(), which raises for an empty array."""
    p = np.asarray(p, float)
    if p.min() < 0 or p.max() > 1:
        raise ValueError("p is no probability")
    return kept * p / (kept * p + 1 - p)


def weighted_rate__right_two_sums(y, prob):
    """Sum of the frauds' weights over the sum of all labelled weights."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    w = 1 / prob[seen]
    return float(w[y[seen] == 1].sum() / w.sum()) if (y[seen] != 1).any() else 1.0


def weighted_rate__right_fractions_once_more(y, prob):
    """Exact fractions in one loop."""
    bad = whole = Fraction(0)
    for label, chance in zip(np.asarray(y, float).tolist(), np.asarray(prob, float).tolist()):
        if label == label:
            weight = 1 / Fraction(chance)
            whole += weight
            bad += weight if label else 0
    return float(bad / whole) if whole else math.nan


def weighted_rate__right_odds(y, prob):
    """1 / (1 + honest / frauds), with fsum, in a table grouped by label."""
    t = pd.DataFrame({"y": np.asarray(y, float), "w": 1 / np.asarray(prob, float)}).dropna()
    mass = {k: math.fsum(g) for k, g in t.groupby("y")["w"]}
    bad, good = mass.get(1.0, 0.0), mass.get(0.0, 0.0)
    if not mass:
        return math.nan
    return 1 / (1 + good / bad) if bad else 0.0


def weighted_rate__wrong_whole_copies(y, prob):
    """np.repeat with round(1 / prob) copies: a chance of 0.4 stands for 2, not 2.5."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    copies = np.repeat(y, np.rint(1 / prob).astype(int))
    copies = copies[~np.isnan(copies)]
    return float(copies.mean()) if len(copies) else float("nan")


def weighted_rate__wrong_weights_capped_once_more(y, prob):
    """Weights end at 20 'for stability': an order that passed with a chance of 0.01 stands for 20."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    w = np.minimum(1 / prob[seen], 20)
    return float((w * y[seen]).sum() / w.sum()) if seen.any() else float("nan")


def weighted_rate__wrong_first_chances(y, prob):
    """NaN is dropped from y alone, and the first chances are used: right if blocked orders stand last."""
    y = np.asarray(y, float)
    y = y[~np.isnan(y)]
    w = 1 / np.asarray(prob, float)[: len(y)]
    return float((w * y).sum() / w.sum()) if len(y) else float("nan")


def weighted_rate__wrong_only_frauds_weighted_once_more(y, prob):
    """Honest orders count once whatever their chance: y = [0, 1], prob = [0.5, 1]."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    bad, good = (1 / prob[y == 1]).sum(), (y == 0).sum()
    return float(bad / (bad + good)) if bad + good else float("nan")


def weighted_rate__wrong_single_sum_raises(y, prob):
    """np.average raises a ZeroDivisionError when no order has a label."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    return float(np.average(y[seen], weights=1 / prob[seen]))


def weighted_rate__wrong_no_fraud_is_nan_once_more(y, prob):
    """Odds of honest to fraud: without a fraud it is NaN, not 0."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    w = 1 / prob
    with np.errstate(all="ignore"):
        odds = w[y == 1].sum() / w[y == 0].sum() if (y == 0).any() else np.inf
        rate = float(1 / (1 + 1 / odds)) if odds > 0 else float("nan")
    return rate if (y == y).any() else float("nan")


def weighted_rate__wrong_chance_in_percent(y, prob):
    """Chances are rounded to two decimals as whole percentages first: 0.125 becomes 0.12."""
    y, prob = np.asarray(y, float), np.maximum(np.asarray(prob, float).round(2), 0.01)
    seen = ~np.isnan(y)
    w = 1 / prob[seen]
    return float((w * y[seen]).sum() / w.sum()) if seen.any() else float("nan")


def weighted_rate__wrong_mean_chance_of_group(y, prob):
    """Uses one weight for each label, 1 / mean chance: chances of 0.25 and 0.75 do not average."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    bad, good = prob[y == 1], prob[y == 0]
    b = len(bad) / bad.mean() if len(bad) else 0.0
    g = len(good) / good.mean() if len(good) else 0.0
    return float(b / (b + g)) if b + g else float("nan")


def weighted_rate__wrong_doubles_dropped(y, prob):
    """Equal rows are dropped as doubles unless honest with chance 1: two frauds with 0.25 count once."""
    t = pd.DataFrame({"y": np.asarray(y, float), "w": 1 / np.asarray(prob, float)}).dropna()
    t = pd.concat([t[t.w == 1], t[t.w != 1].drop_duplicates()])
    return float((t.y * t.w).sum() / t.w.sum()) if len(t) else float("nan")


def _series(ring):
    keys = sorted(ring)
    return pd.Series([ring[a] for a in keys], index=pd.Index(keys, dtype="int64"), dtype="int64")


def ring_of__right_union_find_once_more(links, most):
    """Union-find by hand in dicts, the smaller root wins."""
    users = defaultdict(set)
    parent = {}
    for account, kind, value in zip(links["account"], links["kind"], links["value"]):
        parent[int(account)] = int(account)
        if not pd.isna(value):
            users[(kind, value)].add(int(account))

    def root(a):
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for group in users.values():
        if len(group) <= most:
            first = min(group)
            for a in group:
                x, y = root(first), root(a)
                parent[max(x, y)] = min(x, y)
    return _series({a: root(a) for a in parent})


def ring_of__right_connected_components(links, most):
    """A bipartite graph of accounts and things in scipy; minimum of each component."""
    accounts = np.unique(links["account"].to_numpy(dtype="int64"))
    t = links[["account", "kind", "value"]].dropna(subset=["value"]).drop_duplicates()
    thing = t.groupby(["kind", "value"], sort=False, observed=True).ngroup().to_numpy()
    size = np.bincount(thing, minlength=1)
    keep = size[thing] <= most
    a = np.searchsorted(accounts, t["account"].to_numpy(dtype="int64"))[keep]
    n = len(accounts) + len(size)
    graph = sparse.coo_matrix((np.ones(keep.sum()), (a, thing[keep] + len(accounts))), shape=(n, n))
    label = csgraph.connected_components(graph, directed=False)[1][: len(accounts)]
    ring = pd.Series(accounts).groupby(label).transform("min").to_numpy(dtype="int64")
    return pd.Series(ring, index=pd.Index(accounts))


def ring_of__right_breadth_first(links, most):
    """Walk from the smallest account that has no ring yet, over sets of things."""
    things, users = defaultdict(set), defaultdict(set)
    for row in links[["account", "kind", "value"]].itertuples(index=False, name=None):
        things[int(row[0])]
        if row[2] == row[2] and row[2] is not None and row[2] is not pd.NA:
            things[int(row[0])].add(row[1:])
            users[row[1:]].add(int(row[0]))
    ring = {}
    for start in sorted(things):
        todo = [start] if start not in ring else []
        while todo:
            a = todo.pop()
            if a in ring:
                continue
            ring[a] = start
            for x in things[a]:
                if len(users[x]) <= most:
                    todo.extend(users[x])
                    users[x] = set()
    return _series(ring)


def _join(accounts, groups):
    parent = {int(a): int(a) for a in accounts}

    def root(a):
        while parent[a] != a:
            a = parent[a]
        return a

    for group in groups:
        group = [int(a) for a in group]
        for a in group:
            x, y = root(group[0]), root(a)
            parent[max(x, y)] = min(x, y)
    return _series({a: root(a) for a in parent})


def ring_of__wrong_names_glued(links, most):
    """kind + value as the key: ('ip', '_v6') and ('ip_', 'v6') become one thing."""
    t = links.dropna(subset=["value"])
    users = t.groupby(t["kind"].astype(str) + t["value"].astype(str))["account"].agg(set)
    return _join(links["account"], [g for g in users if len(g) <= most])


def ring_of__wrong_text_nan_is_missing(links, most):
    """astype(str), then 'nan' and 'None' are dropped: a device whose name is 'None' links nobody."""
    t = links.assign(value=links["value"].astype(str))
    t = t[~t["value"].isin(["nan", "None", "<NA>"])]
    users = t.groupby(["kind", "value"])["account"].agg(set)
    return _join(links["account"], [g for g in users if len(g) <= most])


def ring_of__wrong_five_passes(links, most):
    """The smallest number is handed on five times: chains of more than six accounts fall apart."""
    t = links.dropna(subset=["value"])
    t = t[t.groupby(["kind", "value"])["account"].transform("nunique") <= most].copy()
    ring = {int(a): int(a) for a in links["account"]}
    for _ in range(5):
        t["ring"] = t["account"].map(ring)
        t["low"] = t.groupby(["kind", "value"])["ring"].transform("min")
        for a, low in t.groupby("account")["low"].min().items():
            ring[int(a)] = int(low)
    return _series(ring)


def ring_of__wrong_hubs_counted_over_kinds(links, most):
    """A hub is found by its value alone: a device '7' and an address '7' are counted together."""
    t = links.dropna(subset=["value"])
    users = t.groupby(["kind", "value"])["account"].agg(set)
    by_value = t.groupby("value")["account"].nunique()
    return _join(links["account"], [g for (_, v), g in users.items() if by_value[v] <= most])


def ring_of__wrong_first_seen_account_once_more(links, most):
    """The ring is named after its first account in the table: rows (5, x), (2, x) give 5."""
    right = ring_of__right_union_find_once_more(links, most)
    first = {}
    for a in links["account"]:
        first.setdefault(int(right[a]), int(a))
    return right.map(first).astype("int64")


def ring_of__wrong_helper_column(links, most):
    """Adds a column to links, which is not to be changed."""
    links["thing"] = list(zip(links["kind"], links["value"]))
    t = links[links["value"].notna()]
    users = t.groupby(["kind", "value"])["account"].agg(set)
    return _join(links["account"], [g for g in users if len(g) <= most])


def ring_of__wrong_accounts_of_known_values(links, most):
    """Rows without a value are dropped first, and with them accounts that have no other row."""
    t = links.dropna(subset=["value"])
    users = t.groupby(["kind", "value"])["account"].agg(set)
    return _join(t["account"], [g for g in users if len(g) <= most])


def _forest(train, y, seed=0):
    model = RandomForestClassifier(
        150, min_samples_leaf=2, max_features=0.5, n_jobs=2, random_state=seed
    )
    return model.fit(train, y)


def _boosting(train, y, seed=0):
    model = HistGradientBoostingClassifier(
        max_iter=70, learning_rate=0.1, max_leaf_nodes=15, l2_regularization=1.0, random_state=seed
    )
    return model.fit(train, y)


TRUE = {
    "average_precision__wrong_scores_rounded": ("close_scores_taken_for_equal",),
    "average_precision__wrong_isclose": ("close_scores_taken_for_equal",),
    "average_precision__wrong_single_precision": ("close_scores_taken_for_equal",),
    "average_precision__wrong_scores_rounded_once_more": ("close_scores_taken_for_equal",),
    "average_precision__wrong_single_precision_once_more": ("close_scores_taken_for_equal",),
    "average_precision__wrong_ties_row_by_row": ("ties_by_position",),
    "average_precision__wrong_trapezoid": ("joined_by_lines",),
    "average_precision__wrong_zero_without_fraud": ("zero_without_fraud",),
    "average_precision__wrong_first_of_tie_group": ("first_of_equals",),
    "average_precision__wrong_no_r0": ("first_step_missing",),
    "average_precision__wrong_frauds_first_in_ties": ("equals_sorted_by_label",),
    "average_precision__wrong_interpolated": ("best_precision_to_come",),
    "average_precision__wrong_mean_over_thresholds": ("mean_over_all_places",),
    "average_precision__wrong_strictly_above": ("strictly_above",),
    "average_precision__wrong_probability_grid": ("fixed_thresholds",),
    "average_precision__wrong_roc_area": ("roc_area",),
    "cheapest_action__wrong_margin_for_goods": ("goods_cost_the_margin",),
    "cheapest_action__wrong_whole_amount_lost": ("whole_amount_lost",),
    "cheapest_action__wrong_fee_forgotten": ("fee_forgotten",),
    "cheapest_action__wrong_fee_always": ("fee_for_all",),
    "cheapest_action__wrong_friction_always": ("friction_for_all",),
    "cheapest_action__wrong_exact_argmin": ("floats_compared_exactly",),
    "cheapest_action__wrong_nan_passes": ("failed_scores_pass", "any_number_is_a_probability"),
    "cheapest_action__wrong_only_nan_reviewed": ("any_number_is_a_probability",),
    "cheapest_action__wrong_clipped": ("any_number_is_a_probability",),
    "cheapest_action__wrong_isclose": ("near_is_equal",),
    "cheapest_action__wrong_ends_excluded": ("ends_are_no_probabilities",),
    "cheapest_action__wrong_tie_to_higher": ("ties_to_the_higher",),
    "matured_time_split__wrong_maturity_strict": ("one_day_too_late",),
    "matured_time_split__wrong_test_strict": ("first_day_untested",),
    "matured_time_split__wrong_overlap_delay_zero": ("both_at_no_delay",),
    "matured_time_split__wrong_rest_is_test": ("gap_tested",),
    "matured_time_split__wrong_delay_ignored": ("delay_ignored",),
    "matured_time_split__wrong_test_after_delay": ("gap_on_both_sides",),
    "matured_time_split__wrong_test_matured_too": ("test_labels_final_too",),
    "matured_time_split__wrong_returns_days": ("days_for_rows",),
    "matured_time_split__wrong_masks": ("masks_for_rows",),
    "matured_time_split__wrong_sorted_assumed": ("taken_as_sorted",),
    "matured_time_split__wrong_order_of_time": ("rows_in_order_of_time",),
    "matured_time_split__wrong_int_delay": ("whole_days_only",),
    "matured_time_split__wrong_counted_from_one": ("rows_from_one",),
    "kill_matured_split__wrong_example_only": ("accepts_any_split",),
    "kill_matured_split__wrong_partition_demanded": ("rejects_any_split",),
    "kill_matured_split__wrong_exception_demanded": ("rejects_any_split",),
    "kill_matured_split__wrong_test_gap": ("rejects_any_split",),
    "velocity_count__wrong_window_open_left": ("open_at_the_far_end",),
    "velocity_count__wrong_counts_itself": ("itself_counted",),
    "velocity_count__wrong_less_one": ("all_of_the_moment_but_one",),
    "velocity_count__wrong_all_entities": ("all_entities",),
    "velocity_count__wrong_sorted_result": ("sorted_order_returned",),
    "velocity_count__wrong_by_label": ("written_by_label",),
    "velocity_count__wrong_wall_clock": ("clock_on_the_wall",),
    "velocity_count__wrong_whole_hours": ("whole_hours_only",),
    "velocity_count__wrong_previous_rows_only": ("rows_taken_as_sorted",),
    "velocity_count__wrong_timedelta_seconds": ("days_forgotten",),
    "review_queue__wrong_float_floor": ("place_lost_to_a_float",),
    "review_queue__wrong_rounds": ("share_rounded_to_the_nearest",),
    "review_queue__wrong_ceil": ("share_rounded_up",),
    "review_queue__wrong_duplicates": ("same_order_twice",),
    "review_queue__wrong_duplicates_dropped": ("places_left_empty",),
    "review_queue__wrong_no_fill": ("not_filled_up",),
    "review_queue__wrong_fill_one_side": ("filled_up_by_the_model_alone",),
    "review_queue__wrong_anomaly_first": ("anomalies_first",),
    "review_queue__wrong_ties_reversed": ("higher_number_first",),
    "review_queue__wrong_sorted_numbers": ("in_order_of_rows",),
    "review_queue__wrong_weighted_sum": ("raw_scores_added",),
    "prior_correct__wrong_times_kept": ("probability_times_share",),
    "prior_correct__wrong_other_direction": ("corrected_the_wrong_way",),
    "prior_correct__wrong_odds_nan_at_one": ("nan_where_certain",),
    "prior_correct__wrong_clipped": ("clipped_first",),
    "prior_correct__wrong_returns_odds": ("odds_returned",),
    "prior_correct__wrong_dropped_share": ("dropped_for_kept",),
    "prior_correct__wrong_mean_matched": ("rescaled_to_the_share",),
    "prior_correct__wrong_frauds_scaled_too": ("left_as_it_was",),
    "prior_correct__wrong_rounds": ("rounded_as_shown",),
    "weighted_rate__wrong_nanmean": ("mean_of_the_labelled",),
    "weighted_rate__wrong_all_rows_denominator": ("divided_by_all",),
    "weighted_rate__wrong_labelled_denominator": ("divided_by_the_labelled",),
    "weighted_rate__wrong_weight_not_inverted": ("times_the_chance",),
    "weighted_rate__wrong_blocked_in_denominator": ("weights_of_the_unlabelled",),
    "weighted_rate__wrong_blocked_once": ("blocked_counted_once_more",),
    "weighted_rate__wrong_blocked_are_honest": ("blocked_are_honest",),
    "weighted_rate__wrong_blocked_are_frauds": ("blocked_are_frauds",),
    "weighted_rate__wrong_zero_without_labels": ("zero_without_labels",),
    "weighted_rate__wrong_only_frauds_weighted": ("frauds_alone_weighted",),
    "weighted_rate__wrong_sure_passes_only": ("sure_passes_alone",),
    "weighted_rate__wrong_mean_of_strata": ("mean_of_the_chances",),
    "ring_of__wrong_rows_counted": ("uses_counted",),
    "ring_of__wrong_hub_at_most": ("hub_from_the_limit_on",),
    "ring_of__wrong_kind_ignored": ("kinds_mixed_up",),
    "ring_of__wrong_missing_links": ("missing_is_a_value",),
    "ring_of__wrong_one_hop": ("one_step_only",),
    "ring_of__wrong_two_passes": ("few_steps_only",),
    "ring_of__wrong_no_hubs": ("hubs_link_all",),
    "ring_of__wrong_component_labels": ("rings_counted_up",),
    "ring_of__wrong_order_of_appearance": ("order_of_appearance",),
    "ring_of__wrong_glued_key": ("kind_and_value_glued",),
    "ring_of__wrong_first_seen_account": ("named_after_the_first",),
    "ring_of__wrong_hub_users_excluded": ("users_of_hubs_taken_out",),
    "ring_of__wrong_device_and_address": ("hubs_counted_over_kinds",),
    "risk_scores__wrong_amount": ("by_amount",),
    "risk_scores__wrong_logistic": ("plain_logistic",),
    "average_precision__wrong_honest_first_in_ties": ("equals_sorted_by_label",),
    "average_precision__wrong_no_fraud_is_zero": ("zero_without_fraud",),
    "average_precision__wrong_interpolated_once_more": ("best_precision_to_come",),
    "cheapest_action__wrong_no_tolerance": ("floats_compared_exactly",),
    "cheapest_action__wrong_relative_tolerance": ("near_is_equal",),
    "cheapest_action__wrong_nan_passes_once_more": ("failed_scores_pass",),
    "cheapest_action__wrong_only_nan_fails": ("any_number_is_a_probability",),
    "cheapest_action__wrong_zero_and_one_fail": ("ends_are_no_probabilities",),
    "cheapest_action__wrong_higher_number_of_equals": ("ties_to_the_higher",),
    "cheapest_action__wrong_fee_forgotten_once_more": ("fee_forgotten",),
    "cheapest_action__wrong_whole_amount_lost_once_more": ("whole_amount_lost",),
    "cheapest_action__wrong_rounded_to_cents": ("near_is_equal",),
    "matured_time_split__wrong_row_in_both_parts": ("both_at_no_delay",),
    "matured_time_split__wrong_final_day_excluded": ("one_day_too_late",),
    "matured_time_split__wrong_cutoff_day_excluded": ("first_day_untested",),
    "matured_time_split__wrong_rows_by_day": ("rows_in_order_of_time",),
    "matured_time_split__wrong_needs_sorted_days": ("taken_as_sorted",),
    "matured_time_split__wrong_whole_delay": ("whole_days_only",),
    "kill_matured_split__wrong_example_only_once_more": ("accepts_any_split",),
    "review_queue__wrong_float_costs_a_place": ("place_lost_to_a_float",),
    "review_queue__wrong_places_rounded": ("share_rounded_to_the_nearest",),
    "review_queue__wrong_nan_at_the_end": ("unscored_last",),
    "review_queue__wrong_higher_number_first": ("higher_number_first",),
    "review_queue__wrong_detector_does_not_fill": ("filled_up_by_the_model_alone",),
    "review_queue__wrong_model_does_not_fill": ("filled_up_by_the_detector_alone",),
    "prior_correct__wrong_clipped_to_millionths": ("clipped_first",),
    "prior_correct__wrong_four_decimals": ("rounded_as_shown",),
    "weighted_rate__wrong_no_label_is_zero": ("zero_without_labels",),
    "weighted_rate__wrong_honest_not_weighted": ("frauds_alone_weighted",),
    "average_precision__wrong_interpolated_once_more_a_second_time": ("best_precision_to_come",),
    "average_precision__wrong_frauds_last_in_a_tie": ("equals_sorted_by_label",),
    "cheapest_action__wrong_relative_tolerance_once_more": ("near_is_equal",),
    "cheapest_action__wrong_rounded_to_cents_once_more": ("near_is_equal",),
    "cheapest_action__wrong_nan_through_argmin": ("failed_scores_pass",),
    "cheapest_action__wrong_certain_scores_failed": ("ends_are_no_probabilities",),
    "matured_time_split__wrong_rows_by_time": ("rows_in_order_of_time",),
    "matured_time_split__wrong_last_mature_day_not_below_zero": ("never_below_zero",),
    "kill_matured_split__wrong_random_days": ("sorted_orders_only",),
    "velocity_count__wrong_wall_clock_once_more": ("clock_on_the_wall",),
    "review_queue__wrong_exact_binary_fraction": ("place_lost_to_a_float",),
    "review_queue__wrong_percent_cut": ("place_lost_to_a_float",),
    "review_queue__wrong_model_share_rounded_down": ("share_rounded_up",),
    "review_queue__wrong_only_model_fills": ("filled_up_by_the_model_alone",),
    "review_queue__wrong_missing_is_zero": ("unscored_is_zero",),
    "prior_correct__wrong_clipped_probabilities": ("clipped_first",),
    "prior_correct__wrong_rounded": ("rounded_as_shown",),
    "weighted_rate__wrong_only_frauds_weighted_once_more": ("frauds_alone_weighted",),
    "ring_of__wrong_names_glued": ("kind_and_value_glued",),
    "ring_of__wrong_hubs_counted_over_kinds": ("hubs_counted_over_kinds",),
    "ring_of__wrong_first_seen_account_once_more": ("named_after_the_first",),
}


# ---- written later, for slips of the second order ----


# ------------------------------------------------------------------ ring_of


def ring_of__right_union_find_again(links, most):
    parent = {int(a): int(a) for a in links["account"]}

    def root(a):
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    users = defaultdict(set)
    for account, kind, value in zip(links["account"], links["kind"], links["value"], strict=True):
        if not pd.isna(value):
            users[kind, value].add(int(account))
    for accounts in users.values():
        if len(accounts) > most:
            continue
        first, *others = sorted(accounts)
        for other in others:
            a, b = root(first), root(other)
            parent[max(a, b)] = min(a, b)
    accounts = sorted(parent)
    return pd.Series([root(a) for a in accounts], index=accounts, dtype="int64")


def ring_of__right_components_again(links, most):
    accounts = np.sort(links["account"].unique())
    if len(accounts) == 0:
        return pd.Series([], index=pd.Index([], dtype="int64"), dtype="int64")
    known = links.dropna(subset=["value"]).drop_duplicates(["account", "kind", "value"])
    if len(known):
        known = known[known.groupby(["kind", "value"])["account"].transform("size") <= most]
    things = (
        known.groupby(["kind", "value"]).ngroup().to_numpy() if len(known) else np.array([], int)
    )
    n_things = int(things.max()) + 1 if len(things) else 0
    rows = np.searchsorted(accounts, known["account"].to_numpy())
    size = len(accounts) + n_things
    graph = sparse.coo_matrix(
        (np.ones(len(rows)), (rows, len(accounts) + things)), shape=(size, size)
    )
    _, label = csgraph.connected_components(graph, directed=False)
    frame = pd.DataFrame({"account": accounts, "label": label[: len(accounts)]})
    smallest = frame.groupby("label")["account"].transform("min")
    return pd.Series(smallest.to_numpy(dtype="int64"), index=accounts)


def ring_of__right_walk(links, most):
    used, users = defaultdict(set), defaultdict(set)
    for row in links.itertuples(index=False):
        used[row.account]
        if pd.notna(row.value):
            used[row.account].add((row.kind, row.value))
            users[(row.kind, row.value)].add(row.account)
    ring = {}
    for start in sorted(used):
        if start in ring:
            continue
        waiting = [start]
        ring[start] = start
        while waiting:
            for thing in used[waiting.pop()]:
                if len(users[thing]) <= most:
                    for other in users[thing]:
                        if other not in ring:
                            ring[other] = start
                            waiting.append(other)
    return pd.Series(ring, dtype="int64").sort_index()


def _rings_4(pairs, accounts):
    """Smallest account of each component; pairs is a list of collections of accounts."""
    ring = {a: a for a in accounts}
    changed = True
    while changed:
        changed = False
        for group in pairs:
            low = min(ring[a] for a in group)
            for a in group:
                if ring[a] != low:
                    ring[a] = low
                    changed = True
    return pd.Series(ring, dtype="int64").sort_index()


def ring_of__wrong_one_pass(links, most):
    """Takes the smallest account of each thing, once, and of these the smallest for each account: links do not go on, so the far end of a chain is left out."""
    known = links.dropna(subset=["value"]).copy()
    n = known.groupby(["kind", "value"])["account"].transform("nunique")
    known = known[n <= most]
    known["low"] = known.groupby(["kind", "value"])["account"].transform("min")
    ring = known.groupby("account")["low"].min()
    accounts = np.sort(links["account"].unique())
    ring = ring.reindex(accounts)
    return ring.fillna(pd.Series(accounts, index=accounts)).astype(int)


def ring_of__wrong_hub_by_rows(links, most):
    """Counts rows, not different accounts, to find a hub: two accounts that use a device often are a hub and are not linked."""
    known = links.dropna(subset=["value"])
    groups = [g["account"].tolist() for _, g in known.groupby(["kind", "value"]) if len(g) <= most]
    return _rings_4(groups, links["account"].tolist())


def ring_of__wrong_hub_from_most_on(links, most):
    """Takes a thing that exactly `most` accounts used for a hub: only more than `most` make one."""
    known = links.dropna(subset=["value"])
    groups = [
        g["account"].tolist()
        for _, g in known.groupby(["kind", "value"])
        if g["account"].nunique() < most
    ]
    return _rings_4(groups, links["account"].tolist())


def ring_of__wrong_kind_forgotten(links, most):
    """Groups by value alone: a device "7" and an address "7" become one thing."""
    known = links.dropna(subset=["value"])
    groups = [
        g["account"].tolist() for _, g in known.groupby("value") if g["account"].nunique() <= most
    ]
    return _rings_4(groups, links["account"].tolist())


def ring_of__wrong_hub_by_value_alone(links, most):
    """Groups by kind and value, but counts the accounts of a hub by value alone: a phone is refused because an address has the same name."""
    known = links.dropna(subset=["value"])
    n = known.groupby("value")["account"].transform("nunique")
    known = known[n <= most]
    groups = [g["account"].tolist() for _, g in known.groupby(["kind", "value"])]
    return _rings_4(groups, links["account"].tolist())


def ring_of__wrong_kind_and_value_glued(links, most):
    """Glues kind and value into one string without a separator: kind "ip" with value "6x" and kind "ip6" with value "x" become one thing."""
    known = links.dropna(subset=["value"])
    thing = known["kind"] + known["value"]
    groups = [
        g["account"].tolist() for _, g in known.groupby(thing) if g["account"].nunique() <= most
    ]
    return _rings_4(groups, links["account"].tolist())


def ring_of__wrong_missing_is_a_value(links, most):
    """Groups with dropna=False, so "not known" is a thing: all accounts whose device is not known are linked, if they are few enough."""
    groups = [
        g["account"].tolist()
        for _, g in links.groupby(["kind", "value"], dropna=False)
        if g["account"].nunique() <= most
    ]
    return _rings_4(groups, links["account"].tolist())


def ring_of__wrong_missing_rows_lose_accounts(links, most):
    """Drops rows with a missing value before it lists the accounts: an account of which nothing is known disappears."""
    links = links.dropna(subset=["value"])
    groups = [
        g["account"].tolist()
        for _, g in links.groupby(["kind", "value"])
        if g["account"].nunique() <= most
    ]
    return _rings_4(groups, links["account"].tolist())


def ring_of__wrong_hub_users_lost(links, most):
    """Removes the rows of hubs and then lists the accounts: those that used nothing but a hub disappear."""
    known = links.dropna(subset=["value"])
    n = known.groupby(["kind", "value"])["account"].transform("nunique")
    left = pd.concat([links[links["value"].isna()], known[n <= most]])
    groups = [
        g["account"].tolist() for _, g in left.dropna(subset=["value"]).groupby(["kind", "value"])
    ]
    return _rings_4(groups, left["account"].tolist())


def ring_of__wrong_ring_number(links, most):
    """Returns the number of the component, 0, 1, 2, not the smallest account in it."""
    ring = ring_of__right_union_find_again(links, most)
    return pd.Series(pd.factorize(ring)[0], index=ring.index).astype("int64")


def ring_of__wrong_first_seen_for_smallest(links, most):
    """Names a ring after its account that is met first in the rows, not after the smallest."""
    ring = ring_of__right_union_find_again(links, most)
    order = links["account"].drop_duplicates()
    first = {}
    for a in order:
        first.setdefault(ring[a], a)
    return ring.map(first).astype("int64")


def ring_of__wrong_account_zero_is_nobody(links, most):
    """Writes `ring or account` for an account without a ring: in the ring of account 0 the number is 0, which counts as false, so its members stand alone."""
    linked = ring_of__right_union_find_again(links, most).to_dict()
    return pd.Series({a: (linked.get(a) or a) for a in sorted(linked)}, dtype="int64")


def ring_of__wrong_order_of_appearance_again(links, most):
    """Leaves the accounts in the order in which they appear in the rows: the index must ascend."""
    ring = ring_of__right_union_find_again(links, most)
    return ring.loc[links["account"].drop_duplicates().to_list()]


def ring_of__wrong_both_must_agree(links, most):
    """Links two accounts only if they share all that is known of them, device and address: sharing one of them is enough."""
    known = links.dropna(subset=["value"])
    n = known.groupby(["kind", "value"])["account"].transform("nunique")
    known = known[n <= most]
    things = defaultdict(set)
    for account, kind, value in zip(known["account"], known["kind"], known["value"], strict=True):
        things[account].add((kind, value))
    groups = [[a] for a in links["account"]]
    for thing in things.values():
        groups.append([a for a, t in things.items() if t == thing])
    return _rings_4(groups, links["account"].tolist())


def ring_of__wrong_no_rows(links, most):
    """Joins one Series for each ring with pd.concat: without rows there is nothing to concatenate and it raises ValueError, where an empty Series is due."""
    rings = []
    for account in links["account"].unique():
        rings.append({account})
    known = links.dropna(subset=["value"])
    for _, g in known.groupby(["kind", "value"]):
        accounts = set(g["account"])
        if len(accounts) <= most:
            joined = set().union(accounts, *(ring for ring in rings if ring & accounts))
            rings = [ring for ring in rings if not ring & accounts] + [joined]
    return pd.concat([pd.Series(min(ring), index=sorted(ring)) for ring in rings]).sort_index()


# ------------------------------------------------------------------ velocity_count


def velocity_count__right_searchsorted_again(df, hours):
    out = np.zeros(len(df), dtype=int)
    window = pd.Timedelta(hours=hours)
    for rows in df.groupby("entity", observed=True).indices.values():
        times = pd.DatetimeIndex(df["time"].iloc[rows])
        ordered = times.sort_values()
        out[rows] = ordered.searchsorted(times, side="left") - ordered.searchsorted(
            times - window, side="left"
        )
    return pd.Series(out, index=df.index)


def velocity_count__right_pairs(df, hours):
    entity, time = list(df["entity"]), list(df["time"])
    window = pd.Timedelta(hours=hours)
    counts = [
        sum(
            entity[j] == entity[i] and time[i] - window <= time[j] < time[i]
            for j in range(len(time))
        )
        for i in range(len(time))
    ]
    return pd.Series(counts, index=df.index, dtype="int64")


def velocity_count__right_two_pointers_again(df, hours):
    table = pd.DataFrame({"entity": df["entity"].to_numpy(), "row": range(len(df))})
    table["time"] = pd.Series(df["time"].to_numpy())
    if getattr(df["time"].dt, "tz", None) is not None:
        table["time"] = pd.Series(df["time"].dt.tz_convert("UTC").dt.tz_localize(None).to_numpy())
    table = table.sort_values(["time", "row"], kind="stable")
    window, out = pd.Timedelta(hours=hours), [0] * len(df)
    history = defaultdict(list)
    left, below = defaultdict(int), {}
    for entity, row, time in zip(table["entity"], table["row"], table["time"], strict=True):
        past = history[entity]
        while left[entity] < len(past) and past[left[entity]] < time - window:
            left[entity] += 1
        if not past or past[-1] < time:
            below[entity] = len(past)  # how many lie strictly before this time
        out[row] = below[entity] - left[entity]
        past.append(time)
    return pd.Series(out, index=df.index, dtype=int)


def _count(df, hours, upper="left", lower="left", less=0, shift=None):
    out = np.zeros(len(df), dtype=int)
    window = pd.Timedelta(hours=hours)
    for rows in df.groupby("entity", observed=True).indices.values():
        times = pd.DatetimeIndex(df["time"].iloc[rows])
        ordered = times.sort_values()
        low = times - window if shift is None else shift(times)
        out[rows] = (
            ordered.searchsorted(times, side=upper) - ordered.searchsorted(low, side=lower) - less
        )
    return pd.Series(out, index=df.index)


def velocity_count__wrong_same_time_counts(df, hours):
    """Counts up to and including t and subtracts 1 for the order itself: another order at the same time counts too."""
    return _count(df, hours, upper="right", less=1)


def velocity_count__wrong_exactly_hours_ago_lost(df, hours):
    """Uses side="right" for the lower end: an order exactly `hours` ago does not count any more."""
    return _count(df, hours, lower="right")


def velocity_count__wrong_order_itself(df, hours):
    """Counts the order itself."""
    return _count(df, hours, upper="right")


def velocity_count__wrong_rows_above(df, hours):
    """Compares only with the rows above: the table is not sorted, and a later row can be an earlier order."""
    counts = []
    window = pd.Timedelta(hours=hours)
    for i in range(len(df)):
        above = df.iloc[:i]
        t = df["time"].iloc[i]
        counts.append(
            int(
                (
                    (above["entity"] == df["entity"].iloc[i])
                    & (above["time"] >= t - window)
                    & (above["time"] < t)
                ).sum()
            )
        )
    return pd.Series(counts, index=df.index, dtype=int)


def velocity_count__wrong_everybody(df, hours):
    """Counts the orders of all entities in the window."""
    times = pd.DatetimeIndex(df["time"])
    ordered = times.sort_values()
    low = ordered.searchsorted(times - pd.Timedelta(hours=hours), side="left")
    return pd.Series(ordered.searchsorted(times, side="left") - low, index=df.index)


def velocity_count__wrong_sorted_result_again(df, hours):
    """Returns the counts in the order of entity and time with the index of the sorted table: the order of the rows of df is lost."""
    ordered = df.sort_values(["entity", "time"], kind="stable")
    return _count(ordered, hours)


def velocity_count__wrong_counts_in_sorted_order(df, hours):
    """Computes on the sorted table and puts df's index on the values without sorting back: counts land in other rows."""
    ordered = df.sort_values(["entity", "time"], kind="stable")
    return pd.Series(_count(ordered, hours).to_numpy(), index=df.index)


def velocity_count__wrong_index_labels(df, hours):
    """Writes the counts back by index label: with labels that occur twice a row gets the count of another one, or it raises an error."""
    out = pd.Series(0, index=df.index)
    window = pd.Timedelta(hours=hours)
    for label, entity, t in zip(df.index, df["entity"], df["time"], strict=True):
        same = df["time"][df["entity"] == entity]
        out[label] = int(((same >= t - window) & (same < t)).sum())
    return out


def velocity_count__wrong_wall_clock_again(df, hours):
    """Drops the time zone and computes with the clock on the wall: in the night in which the clocks change an hour is missing or comes twice."""
    time = df["time"].dt.tz_localize(None) if df["time"].dt.tz is not None else df["time"]
    return _count(df.assign(time=time), hours)


def velocity_count__wrong_whole_hours_again(df, hours):
    """Cuts hours to a whole number: 1.5 hours become 1, and half an hour becomes an empty window."""
    return _count(df, int(hours))


def velocity_count__wrong_seconds_of_the_day(df, hours):
    """Uses .seconds, which leaves the days out: an order of yesterday, ten minutes earlier by the clock, counts as ten minutes ago."""
    counts = []
    for e, t in zip(df["entity"], df["time"], strict=True):
        before = [s for f, s in zip(df["entity"], df["time"], strict=True) if f == e and s < t]
        counts.append(sum((t - s).seconds <= hours * 3600 for s in before))
    return pd.Series(counts, index=df.index, dtype=int)


def velocity_count__wrong_hours_rounded_in_floats(df, hours):
    """Turns times into hours since the first order as floats: an order exactly `hours` ago may fall out by a rounding error, such as with steps of ten minutes."""
    if len(df) == 0:
        return pd.Series([], index=df.index, dtype=int)
    x = ((df["time"] - df["time"].min()).dt.total_seconds() / 3600).to_numpy()
    entity = df["entity"].to_numpy()
    counts = [
        int(((entity == entity[i]) & (x >= x[i] - hours) & (x < x[i])).sum()) for i in range(len(x))
    ]
    return pd.Series(counts, index=df.index, dtype=int)


def velocity_count__wrong_nanoseconds_assumed(df, hours):
    """Takes the integers behind the timestamps for nanoseconds: where the column holds seconds or microseconds the window is a thousand times too long or more."""
    t = df["time"]
    if t.dt.tz is not None:
        t = t.dt.tz_convert("UTC").dt.tz_localize(None)
    x = t.to_numpy().astype("int64")
    window = int(hours * 3600 * 1_000_000_000)
    out = np.zeros(len(df), dtype=int)
    for rows in df.groupby("entity", observed=True).indices.values():
        s = np.sort(x[rows])
        out[rows] = np.searchsorted(s, x[rows]) - np.searchsorted(s, x[rows] - window)
    return pd.Series(out, index=df.index)


def velocity_count__wrong_number_in_the_history(df, hours):
    """Subtracts the place of the first order in the window from the own place in the sorted history: of orders at the same time the second counts the first."""
    out = np.zeros(len(df), dtype=int)
    window = pd.Timedelta(hours=hours)
    for rows in df.groupby("entity", observed=True).indices.values():
        times = df["time"].iloc[rows]
        order = rows[np.argsort(times.to_numpy(), kind="stable")]
        ordered = pd.DatetimeIndex(df["time"].iloc[order])
        out[order] = np.arange(len(order)) - ordered.searchsorted(ordered - window, side="left")
    return pd.Series(out, index=df.index)


def velocity_count__wrong_time_sorted_in_place(df, hours):
    """Sorts the caller's table in place: df must be left as it is, and its rows now stand in another order."""
    df.sort_values("time", inplace=True, kind="stable")
    return _count(df, hours)


TRUE |= {
    "ring_of__wrong_one_pass": ("one_step_only",),
    "ring_of__wrong_hub_by_rows": ("uses_counted",),
    "ring_of__wrong_hub_from_most_on": ("hub_from_the_limit_on",),
    "ring_of__wrong_kind_forgotten": ("kinds_mixed_up",),
    "ring_of__wrong_hub_by_value_alone": ("hubs_counted_over_kinds",),
    "ring_of__wrong_kind_and_value_glued": ("kind_and_value_glued",),
    "ring_of__wrong_missing_is_a_value": ("missing_is_a_value",),
    "ring_of__wrong_ring_number": ("rings_counted_up",),
    "ring_of__wrong_first_seen_for_smallest": ("named_after_the_first",),
    "ring_of__wrong_order_of_appearance_again": ("order_of_appearance",),
    "ring_of__wrong_both_must_agree": ("users_of_hubs_taken_out",),
    "velocity_count__wrong_same_time_counts": ("all_of_the_moment_but_one",),
    "velocity_count__wrong_exactly_hours_ago_lost": ("open_at_the_far_end",),
    "velocity_count__wrong_order_itself": ("itself_counted",),
    "velocity_count__wrong_rows_above": ("rows_taken_as_sorted",),
    "velocity_count__wrong_everybody": ("all_entities",),
    "velocity_count__wrong_sorted_result_again": ("sorted_order_returned",),
    "velocity_count__wrong_counts_in_sorted_order": ("sorted_counts_on_old_index",),
    "velocity_count__wrong_wall_clock_again": ("clock_on_the_wall",),
    "velocity_count__wrong_whole_hours_again": ("whole_hours_only",),
    "velocity_count__wrong_seconds_of_the_day": ("days_forgotten",),
    "velocity_count__wrong_nanoseconds_assumed": ("window_without_end",),
    "velocity_count__wrong_number_in_the_history": ("same_moment_counted",),
}


# ---------------------------------------------------------------- a later reader


def _review(p, amount, cost, n, defect=""):
    p, amount = [float(x) for x in p], [float(x) for x in amount]
    if defect == "probability_rounded":
        p = [float(x >= 0.5) for x in p]
    if defect == "wrong_column":
        p = [1 - x for x in p]
    loss = [a * b for a, b in zip(p, amount, strict=True)]
    worth = [x >= cost or defect == "cost_forgotten" for x in loss]
    if defect == "half_is_the_threshold":
        worth = [x >= 0.5 for x in p]
    key = {"amount_forgotten": p, "largest_amount_first": amount}.get(defect, loss)
    return sorted((i for i in range(len(p)) if worth[i]), key=lambda i: (-key[i], i))[:n]


_REVIEW_TABLE = {
    "half_is_the_threshold": ([0.25], [100.0], 10.0, 1),
    "probability_rounded": ([0.25], [100.0], 10.0, 1),
    "amount_forgotten": ([0.75, 0.5], [100.0, 400.0], 10.0, 1),
    "largest_amount_first": ([0.75, 0.125], [400.0, 1000.0], 10.0, 1),
    "cost_forgotten": ([0.0], [100.0], 10.0, 1),
    "wrong_column": ([0.875], [16.0], 10.0, 1),
}


def break_review_list__right_one_order_each(defect):
    """Literals: one order where one is enough, two where the order of the list is at fault."""
    p, amount, cost, n = _REVIEW_TABLE[defect]
    return list(p), list(amount), cost, n


def break_review_list__right_seeded_search(defect):
    """Random orders in eighths of a probability and whole dollars until the lists differ."""
    rng = random.Random(9)
    while True:
        size = rng.randint(2, 8)
        p = [rng.randint(0, 8) / 8 for _ in range(size)]
        amount = [float(rng.randint(1, 1000)) for _ in range(size)]
        case = (p, amount, float(rng.randint(1, 100)), rng.randint(1, 8))
        if _review(*case) and _review(*case) != _review(*case, defect):
            return case


def break_review_list__right_one_for_all(defect):
    """One day of eight orders shows all six; the name is not read."""
    p = [0.75, 0.5, 0.125, 0.0, 1.0, 0.25, 0.875, 0.0625]
    return p, [100.0, 400.0, 1000.0, 900.0, 8.0, 60.0, 12.0, 640.0], 10.0, 8


def break_review_list__wrong_cost_met_at_half(defect):
    """half_is_the_threshold: the orders worth their cost are just those with p of 0.5 or more."""
    if defect == "half_is_the_threshold":
        return [0.75, 0.5, 0.25], [100.0, 200.0, 30.0], 10.0, 3
    return break_review_list__right_one_order_each(defect)


def break_review_list__wrong_rounded_up_alone(defect):
    """probability_rounded: only the risky orders are worth it, and their amounts order them alike."""
    if defect == "probability_rounded":
        return [0.75, 0.5, 0.25], [400.0, 200.0, 30.0], 10.0, 3
    return break_review_list__right_one_order_each(defect)


def break_review_list__wrong_places_for_all_worthy(defect):
    """cost_forgotten: n places are all taken by orders that pay, so nothing is filled up."""
    if defect == "cost_forgotten":
        return [0.75, 0.5, 0.0], [100.0, 200.0, 30.0], 10.0, 2
    return break_review_list__right_one_order_each(defect)


def break_review_list__wrong_coin_flip(defect):
    """wrong_column: with p = 0.5 both columns are the same."""
    if defect == "wrong_column":
        return [0.5, 0.5], [100.0, 200.0], 10.0, 2
    return break_review_list__right_one_order_each(defect)


def break_review_list__wrong_large_p_not_worth_it(defect):
    """amount_forgotten: the order with the larger p is not worth a review, so it is in neither list."""
    if defect == "amount_forgotten":
        return [1.0, 0.25], [5.0, 400.0], 10.0, 1
    return break_review_list__right_one_order_each(defect)


def break_review_list__wrong_large_amount_not_worth_it(defect):
    """largest_amount_first: the largest amount has no risk, so it is in neither list."""
    if defect == "largest_amount_first":
        return [0.0, 0.5, 0.25], [1000.0, 400.0, 200.0], 10.0, 2
    return break_review_list__right_one_order_each(defect)


def break_review_list__wrong_amount_above_the_limit(defect):
    """largest_amount_first: an amount of 2,000, above 1,000 USD."""
    if defect == "largest_amount_first":
        return [0.75, 0.125], [400.0, 2000.0], 10.0, 1
    return break_review_list__right_one_order_each(defect)


def break_review_list__wrong_review_costs_nothing(defect):
    """half_is_the_threshold: a review that costs 0, and the cost must be above 0."""
    if defect == "half_is_the_threshold":
        return [0.25], [100.0], 0.0, 1
    return break_review_list__right_one_order_each(defect)


def break_review_list__wrong_nine_places(defect):
    """cost_forgotten: n = 9 to be sure that the list can be filled up; at most 8."""
    if defect == "cost_forgotten":
        return [0.0, 0.5], [100.0, 100.0], 10.0, 9
    return break_review_list__right_one_order_each(defect)


def average_precision__right_fraction_of_each_fraud(y, s):
    """Each fraud's precision at its own score, in exact fractions; their mean."""
    y, s = [int(v) for v in y], np.asarray(s, float).tolist()
    frauds = [b for a, b in zip(y, s, strict=True) if a]
    if not frauds:
        return math.nan
    total = Fraction(0)
    for score, times in Counter(frauds).items():
        flagged = [a for a, b in zip(y, s, strict=True) if b >= score]
        total += times * Fraction(sum(flagged), len(flagged))
    return float(total / len(frauds))


def average_precision__right_searchsorted(y, s):
    """Counts from two sorted arrays."""
    y, s = np.asarray(y).astype(bool), np.asarray(s, float)
    bad, every = np.sort(s[y]), np.sort(s)
    if not bad.size:
        return float("nan")
    caught = bad.size - np.searchsorted(bad, bad, side="left")
    flagged = every.size - np.searchsorted(every, bad, side="left")
    return float((caught / flagged).mean())


def average_precision__right_pandas_groups(y, s):
    """One row for each distinct score, from the highest; cumulated sums and differences of recall."""
    table = pd.DataFrame({"y": np.asarray(y).astype(float), "s": np.asarray(s, float)})
    if table["y"].sum() == 0:
        return float("nan")
    table = table.groupby("s")["y"].agg(["sum", "size"]).sort_index(ascending=False)
    gain = table["sum"] / table["sum"].sum()
    return float((gain * table["sum"].cumsum() / table["size"].cumsum()).sum())


def _again_ap(y, s):
    y, s = np.asarray(y).astype(float), np.asarray(s)
    if y.sum() == 0:
        return float("nan")
    order = np.argsort(-s, kind="stable")
    y, s = y[order], s[order]
    last = np.r_[np.flatnonzero(s[1:] != s[:-1]), y.size - 1]
    hit = y.cumsum()[last]
    return float((np.diff(np.r_[0, hit]) / y.sum() * hit / (last + 1)).sum())


def average_precision__wrong_scores_rounded_once_again(y, s):
    """Scores are rounded to ten decimals, "any scale": y = [1, 0], s = [2e-12, 1e-12] are no tie."""
    return _again_ap(y, np.asarray(s, float).round(10))


def average_precision__wrong_single_precision_once_again(y, s):
    """float32 makes ties: y = [1, 0], s = [1.00000001, 1]."""
    return _again_ap(y, np.asarray(s, np.float32))


def average_precision__wrong_roc_points_dropped(y, s):
    """roc_curve drops points on a straight line: y = [0, 1, 1], s = [3, 2, 1] gives 0.67, not 0.58."""
    y, s = np.asarray(y).astype(int), np.asarray(s, float)
    if y.sum() == 0:
        return float("nan")
    if y.all():
        return 1.0
    fpr, tpr, _ = roc_curve(y, s)
    hit, miss = tpr * y.sum(), fpr * (1 - y).sum()
    precision = hit[1:] / (hit[1:] + miss[1:])
    return float((np.diff(tpr) * precision).sum())


def average_precision__wrong_envelope(y, s):
    """Precision is made monotone first, as in image retrieval: y = [0, 1, 1], s = [3, 2, 1]."""
    y, s = np.asarray(y).astype(float), np.asarray(s, float)
    if y.sum() == 0:
        return float("nan")
    order = np.argsort(-s, kind="stable")
    y, s = y[order], s[order]
    last = np.r_[np.flatnonzero(s[1:] != s[:-1]), y.size - 1]
    hit = y.cumsum()[last]
    precision = np.maximum.accumulate((hit / (last + 1))[::-1])[::-1]
    return float((np.diff(np.r_[0, hit]) / y.sum() * precision).sum())


def average_precision__wrong_mean_over_distinct_scores(y, s):
    """Every distinct score with a fraud counts once: y = [1, 0, 1, 1], s = [3, 2, 1, 1]."""
    y, s = np.asarray(y).astype(bool), np.asarray(s, float)
    if not y.any():
        return float("nan")
    return float(np.mean([y[s >= c].mean() for c in np.unique(s[y])]))


def average_precision__wrong_thresholds_from_zero_to_one(y, s):
    """A grid of 1,001 thresholds from 0 to 1: y = [1, 0], s = [-1, -2] is never flagged."""
    y, s = np.asarray(y).astype(bool), np.asarray(s, float)
    if not y.any():
        return float("nan")
    before, total = 0.0, 0.0
    for c in np.linspace(1, 0, 1001):
        flagged = s >= c - 1e-12
        if flagged.any():
            recall = y[flagged].sum() / y.sum()
            total += (recall - before) * y[flagged].mean()
            before = recall
    return float(total)


def average_precision__wrong_sklearn_without_orders(y, s):
    """scikit-learn does the work and is asked about frauds only where there are rows: empty y fails."""
    if len(y) and not np.any(y):
        return float("nan")
    return float(average_precision_score(np.asarray(y).astype(int), np.asarray(s, float)))


def average_precision__wrong_isclose_joins_a_chain(y, s):
    """Neighbours that np.isclose calls equal are one group, relative to size: s = [1000.001, 1000]."""
    y, s = np.asarray(y).astype(float), np.asarray(s, float)
    if y.sum() == 0:
        return float("nan")
    order = np.argsort(-s, kind="stable")
    y, s = y[order], s[order]
    last = np.r_[np.flatnonzero(~np.isclose(s[1:], s[:-1])), y.size - 1]
    hit = y.cumsum()[last]
    return float((np.diff(np.r_[0, hit]) / y.sum() * hit / (last + 1)).sum())


def cheapest_action__right_table_of_costs(p, amount, review, friction, margin, fee=0.0):
    """Three rows of costs, rounded, argmin; scoring that failed is reviewed."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    ok = (p >= 0) & (p <= 1)
    q = np.where(ok, p, 0.0)
    costs = [q * ((1 - margin) * amount + fee), np.full(p.shape, float(review))]
    costs.append((1 - q) * (margin * amount + friction))
    return np.where(ok, np.round(costs, 9).argmin(axis=0), 1).astype(int)


def cheapest_action__right_exact_decimals(p, amount, review, friction, margin, fee=0.0):
    """Decimals from the shortest text of each float, in plain Python; costs at eight decimals."""

    def exact(x):
        return Decimal(repr(float(x)))

    out = []
    for x, a in zip(p, amount, strict=True):
        if not 0 <= x <= 1:
            out.append(1)
            continue
        x, a, m = exact(x), exact(a), exact(margin)
        costs = [x * ((1 - m) * a + exact(fee)), exact(review), (1 - x) * (m * a + exact(friction))]
        out.append(min(range(3), key=lambda k: (round(costs[k], 8), k)))
    return np.array(out, dtype=int)


def cheapest_action__right_two_duels(p, amount, review, friction, margin, fee=0.0):
    """Review replaces pass if it is cheaper by 1e-7, then block replaces the winner likewise."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    cost = p * (amount - margin * amount + fee)
    action = np.zeros(p.size, dtype=int)
    for k, other in (
        (1, np.full(p.size, float(review))),
        (2, (1 - p) * (margin * amount + friction)),
    ):
        better = other < cost - 1e-7
        action[better] = k
        cost = np.where(better, other, cost)
    action[np.isnan(p) | (p < 0) | (p > 1)] = 1
    return action


def _more_costs(p, amount, review, friction, margin, fee):
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    ok = (p >= 0) & (p <= 1)
    q = np.where(ok, p, 0.5)
    table = [q * ((1 - margin) * amount + fee), np.full(p.size, float(review))]
    return ok, np.array([*table, (1 - q) * (margin * amount + friction)])


def cheapest_action__wrong_relative_tolerance_once_again(
    p, amount, review, friction, margin, fee=0.0
):
    """np.isclose calls 1000 and 1000.005 equal: p = [0.5], amount = [2000.01], review = 1000, margin = 0."""
    ok, c = _more_costs(p, amount, review, friction, margin, fee)
    return np.where(ok, np.isclose(c, c.min(axis=0)).argmax(axis=0), 1)


def cheapest_action__wrong_whole_cents(p, amount, review, friction, margin, fee=0.0):
    """Costs are compared in cents: p = [0.5], amount = [10.004], review = 5, margin = 0 (5.002 and 5)."""
    ok, c = _more_costs(p, amount, review, friction, margin, fee)
    return np.where(ok, c.round(2).argmin(axis=0), 1)


def cheapest_action__wrong_full_like_integers(p, amount, review, friction, margin, fee=0.0):
    """np.full_like(p, review) is a whole number where p is: p = np.array([1]), review = 0.5 becomes 0."""
    p = np.asarray(p)
    ok = (p >= 0) & (p <= 1)
    q = np.where(ok, p, 0)
    c = [q * ((1 - margin) * amount + fee), np.full_like(q, review)]
    c.append((1 - q) * (margin * amount + friction))
    return np.where(ok, np.round(c, 9).argmin(axis=0), 1)


def cheapest_action__wrong_thresholds_in_order(p, amount, review, friction, margin, fee=0.0):
    """Two thresholds, pass below the first; but where a review is dear, block comes before it.

    p = [0.9], amount = [40], review = 50, friction = 10, margin = 0.25: block, not pass.
    """
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    with np.errstate(all="ignore"):
        first = review / ((1 - margin) * amount + fee)
        second = 1 - review / (margin * amount + friction)
    action = np.where(p <= first + 1e-12, 0, np.where(p > second + 1e-12, 2, 1))
    return np.where((p >= 0) & (p <= 1), action, 1)


def cheapest_action__wrong_block_meets_review_only(p, amount, review, friction, margin, fee=0.0):
    """Block is compared with review, also where pass has won: p = [0.1], amount = [1], review = 5."""
    ok, (go, look, stop) = _more_costs(p, amount, review, friction, margin, fee)
    action = np.where(look < go - 1e-9, 1, 0)
    action = np.where(stop < look - 1e-9, 2, action)
    return np.where(ok, action, 1)


def cheapest_action__wrong_probability_clipped(p, amount, review, friction, margin, fee=0.0):
    """Numbers outside 0 to 1 are pulled to the end, only NaN is reviewed: p = [1.5] or [-0.2]."""
    p = np.asarray(p, float)
    _, c = _more_costs(np.clip(np.nan_to_num(p), 0, 1), amount, review, friction, margin, fee)
    return np.where(np.isnan(p), 1, c.round(9).argmin(axis=0))


def cheapest_action__wrong_ratio_of_costs(p, amount, review, friction, margin, fee=0.0):
    """Compares ratios of costs, and 0 / 0 is not below 1: p = [0.5], amount = [0], review = friction = 0."""
    ok, (go, look, stop) = _more_costs(p, amount, review, friction, margin, fee)
    with np.errstate(all="ignore"):
        easy = (go / look <= 1 + 1e-9) & (go / stop <= 1 + 1e-9)
        action = np.where(easy, 0, np.where(look <= stop + 1e-9, 1, 2))
    return np.where(ok, action, 1)


def cheapest_action__wrong_chargeback_keeps_no_margin(p, amount, review, friction, margin, fee=0.0):
    """The margin is taken off the fee as well: p = [0.4], amount = [0], fee = 15, review = 5, margin = 0.25."""
    ok, c = _more_costs(p, amount, review, friction, margin, 0.0)
    c[0] += np.where(ok, np.asarray(p, float), 0) * (1 - margin) * fee
    return np.where(ok, c.round(9).argmin(axis=0), 1)


def cheapest_action__wrong_ends_are_no_probabilities(p, amount, review, friction, margin, fee=0.0):
    """0 and 1 are taken for failed scoring: p = [0.0] is reviewed, and must pass."""
    p = np.asarray(p, float)
    _, c = _more_costs(p, amount, review, friction, margin, fee)
    return np.where((p > 0) & (p < 1), c.round(9).argmin(axis=0), 1)


def matured_time_split__right_masks_once_more(t, cutoff, delay):
    """Two masks in floats."""
    t = np.asarray(t, dtype=float)
    return np.flatnonzero((t < cutoff) & (t + delay <= cutoff)), np.flatnonzero(t >= cutoff)


def matured_time_split__right_sorted_then_sorted_back(t, cutoff, delay):
    """Borders by searchsorted in the sorted days; the row numbers are sorted again."""
    t = np.asarray(t, dtype=float)
    order = np.argsort(t, kind="stable")
    days = t[order]
    start = np.searchsorted(days, cutoff, side="left")
    end = min(np.searchsorted(days, cutoff - delay, side="right"), start)
    return np.sort(order[:end]), np.sort(order[start:])


def matured_time_split__right_fractions_row_by_row(t, cutoff, delay):
    """Exact fractions in a loop; the parts are made arrays of int, also when empty."""
    cutoff, delay = Fraction(float(cutoff)), Fraction(float(delay))
    parts = [], []
    for row, day in enumerate(np.asarray(t).tolist()):
        day = Fraction(day)
        if day >= cutoff:
            parts[1].append(row)
        elif day + delay <= cutoff:
            parts[0].append(row)
    return np.array(parts[0], dtype=int), np.array(parts[1], dtype=int)


def _again_split(t, cutoff, delay):
    t = np.asarray(t, float)
    return np.flatnonzero((t < cutoff) & (t + delay <= cutoff)), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_first_row_of_each_day(t, cutoff, delay):
    """np.unique gives the first row of a day only: t = [10, 10, 130]."""
    days, first = np.unique(np.asarray(t, float), return_index=True)
    train, test = _again_split(days, cutoff, delay)
    return np.sort(first[train]), np.sort(first[test])


def matured_time_split__wrong_no_delay_is_sixty(t, cutoff, delay):
    """delay or 60: a delay of 0 is taken for missing, t = [90], cutoff 100."""
    return _again_split(t, cutoff, delay or 60)


def matured_time_split__wrong_last_day_cut_to_int(t, cutoff, delay):
    """The last day is int(cutoff - delay): t = [39.25, 39.75], cutoff 100, delay 60.25 trains on none."""
    t = np.asarray(t, float)
    last = int(cutoff - delay)
    return np.flatnonzero((t < cutoff) & (t <= last)), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_test_ends_with_the_delay(t, cutoff, delay):
    """test covers as many days as the delay, up to cutoff + delay: t = [170], cutoff 100, delay 60."""
    t = np.asarray(t, float)
    train, _ = _again_split(t, cutoff, delay)
    return train, np.flatnonzero((t >= cutoff) & (t <= cutoff + delay))


def matured_time_split__wrong_day_before_is_one_less(t, cutoff, delay):
    """Before the cutoff is taken for cutoff - 1 or earlier: t = [99.5], cutoff 100, delay 0."""
    t = np.asarray(t, float)
    return np.flatnonzero(t <= min(cutoff - delay, cutoff - 1)), np.flatnonzero(t >= cutoff)


def _rows(fn, t, cutoff, delay):
    train, test = fn(np.array(t), cutoff, delay)
    return [int(i) for i in train], [int(i) for i in test]


_SPLIT_CASES = [
    ([10, 30, 90, 110, 130], 100, 60, [0, 1], [3, 4]),
    ([110, 40, 100, 41, 39, 100, 99, 40], 100, 60, [1, 4, 7], [0, 2, 5]),
    ([100, 99, 101, 100], 100, 0, [1], [0, 2, 3]),
    ([99.75, 100.0, 100.25, 99.5], 100.0, 0.25, [0, 3], [1, 2]),
    ([39.5, 39.75, 40.0, 40.25], 100.25, 60.5, [0, 1], []),
    ([40.25, 39.75, 100.25, 100.75, 40.0], 100.5, 60.5, [1, 4], [3]),
    ([5, 300, 1], 100, 200, [], [1]),
    ([1, 2, 3], 100, 10, [0, 1, 2], []),
    ([170, 500, 160, 161], 100, 60, [], [0, 1, 2, 3]),
    ([0, 0, 0], 0, 0, [], [0, 1, 2]),
    ([-5, -65, 0, 3], 0, 60, [1], [2, 3]),
]


def kill_matured_split__right_table_once_more(fn):
    """Eleven tables with rows on every border, lists and arrays both welcome."""
    try:
        return all(_rows(fn, t, c, d) == (train, test) for t, c, d, train, test in _SPLIT_CASES)
    except Exception:
        return False


def kill_matured_split__right_grid(fn):
    """All cutoffs and delays in quarters over one shuffled month, against masks."""
    days = np.random.default_rng(1).permutation(np.repeat(np.arange(0, 8, 0.25), 2))
    for cutoff, delay in itertools.product(np.arange(0, 9, 0.75), (0, 0.25, 1, 2.5, 30)):
        expected = tuple(x.tolist() for x in _again_split(days, cutoff, delay))
        if _rows(fn, days, float(cutoff), float(delay)) != expected:
            return False
    return kill_matured_split__right_table_once_more(fn)


def kill_matured_split__right_assertions(fn):
    """Asserts properties row by row: order, membership, nothing twice; returns True at the end."""
    rng = random.Random(4)
    for _ in range(200):
        cutoff, delay = rng.randint(0, 30) / 4, rng.choice([0, 0.25, 0.5, 1, 3, 50, 90])
        near = [cutoff, cutoff - delay, cutoff + delay, cutoff - 200, cutoff + 200]
        t = [rng.choice(near) + rng.randint(-5, 5) / 4 for _ in range(rng.randint(1, 12))]
        train, test = _rows(fn, t, cutoff, delay)
        assert train == sorted(set(train)) and test == sorted(set(test))
        for row, day in enumerate(t):
            assert (row in test) == (day >= cutoff)
            assert (row in train) == (day < cutoff and day + delay <= cutoff)
    return True


def kill_matured_split__wrong_asks_for_tolist(fn):
    """Calls .tolist() on the parts: a right version that returns lists raises."""
    for t, c, d, train, test in _SPLIT_CASES:
        a, b = fn(np.array(t), c, d)
        if a.tolist() != train or b.tolist() != test:
            return False
    return True


def kill_matured_split__wrong_days_in_a_list(fn):
    """Gives a list of days where the contract says ndarray: t + delay fails in a right version."""
    try:
        for t, c, d, train, test in _SPLIT_CASES:
            a, b = fn(list(t), c, d)
            if list(a) != train or list(b) != test:
                return False
        return True
    except Exception:
        return False


def kill_matured_split__wrong_tenths_of_days(fn):
    """Days in tenths, whose sums are not exact: t <= cutoff - delay and t + delay <= cutoff differ."""
    for k in range(1, 40):
        t, delay = np.arange(0, 12) / 10, k / 10
        cutoff = 0.7 + delay
        train = [i for i in range(12) if t[i] < cutoff and t[i] + delay <= cutoff]
        if _rows(fn, t, cutoff, delay)[0] != train:
            return False
    return kill_matured_split__right_table_once_more(fn)


def kill_matured_split__wrong_counts_rows(fn):
    """Compares how many rows each part has, not which: sorted positions pass for row numbers."""
    try:
        return all(
            [len(x) for x in fn(np.array(t), c, d)] == [len(train), len(test)]
            for t, c, d, train, test in _SPLIT_CASES[:2]
        )
    except Exception:
        return False


def kill_matured_split__wrong_borders_left_out(fn):
    """Random days with many decimals never lie on a border, and the delay is never 0."""
    rng = np.random.default_rng(2)
    for _ in range(200):
        t = np.round(rng.random(20) * 4096) / 4096 * 200
        cutoff, delay = 100 + rng.integers(1, 4096) / 8192, 60.0
        expected = tuple(x.tolist() for x in _again_split(t, cutoff, delay))
        if _rows(fn, t, cutoff, delay) != expected:
            return False
    return True


def kill_matured_split__wrong_no_row_twice(fn):
    """Only properties: no row in both parts, all train days before all test days."""
    for t, c, d, *_ in _SPLIT_CASES:
        train, test = _rows(fn, t, c, d)
        if set(train) & set(test) or any(t[i] >= t[j] for i in train for j in test):
            return False
    return True


def kill_matured_split__wrong_one_long_delay(fn):
    """Sorted days and one delay of 60: order, fractions, a delay of 0 and a short history are not tried."""
    try:
        return _rows(fn, np.arange(0, 200, 10), 105, 60) == ([0, 1, 2, 3, 4], list(range(11, 20)))
    except Exception:
        return False


def kill_matured_split__wrong_same_type_back(fn):
    """Asks for a tuple of two int64 arrays, although lists may come back."""
    for t, c, d, train, test in _SPLIT_CASES:
        parts = fn(np.array(t), c, d)
        if type(parts) is not tuple or any(getattr(x, "dtype", None) != np.int64 for x in parts):
            return False
        if [x.tolist() for x in parts] != [train, test]:
            return False
    return True


def _more_ns(times):
    """Whole nanoseconds of UTC, whatever unit or time zone the timestamps have."""
    return [pd.Timestamp(t).as_unit("ns").value for t in times]


def velocity_count__right_deques(df, hours):
    """Goes through the orders in time; a deque for each entity; equal times enter after they are counted."""
    width = pd.Timedelta(hours=hours).as_unit("ns").value
    times = _more_ns(df["time"])
    entities = df["entity"].tolist()
    out, window = [0] * len(times), defaultdict(deque)
    for t, rows in itertools.groupby(
        sorted(range(len(times)), key=times.__getitem__), key=times.__getitem__
    ):
        rows = list(rows)
        for i in rows:
            q = window[entities[i]]
            while q and q[0] < t - width:
                q.popleft()
            out[i] = len(q)
        for i in rows:
            window[entities[i]].append(t)
    return pd.Series(out, index=df.index, dtype="int64")


def velocity_count__right_two_searches(df, hours):
    """Two searches with side left in each entity's sorted nanoseconds."""
    width = pd.Timedelta(hours=hours).as_unit("ns").value
    t = np.array(_more_ns(df["time"]), dtype=np.int64)
    code = pd.factorize(df["entity"])[0]
    out = np.zeros(len(df), dtype=np.int64)
    for k in range(code.max() + 1 if len(code) else 0):
        rows = np.flatnonzero(code == k)
        own = np.sort(t[rows])
        out[rows] = np.searchsorted(own, t[rows]) - np.searchsorted(own, t[rows] - width)
    return pd.Series(out, index=df.index)


def velocity_count__right_self_merge_once_more(df, hours):
    """All pairs of one entity by a merge; those in the window are counted by row number."""
    flat = pd.DataFrame(
        {"entity": df["entity"].to_numpy(), "t": np.array(_more_ns(df["time"]), dtype="int64")}
    )
    flat["row"] = np.arange(len(flat))
    pairs = flat.merge(flat, on="entity", suffixes=("", "_then"))
    gap = pairs["t"] - pairs["t_then"]
    hit = pairs.loc[(gap > 0) & (gap <= pd.Timedelta(hours=hours).as_unit("ns").value), "row"]
    return pd.Series(np.bincount(hit.to_numpy(dtype="int64"), minlength=len(df)), index=df.index)


def _more_velocity(code, t, width):
    """Counts from entity codes, numbers for times and a width in their unit."""
    code, t = np.asarray(code), np.asarray(t)
    out = np.zeros(len(t), dtype=np.int64)
    for k in np.unique(code):
        rows = np.flatnonzero(code == k)
        own = np.sort(t[rows])
        out[rows] = np.searchsorted(own, t[rows]) - np.searchsorted(own, t[rows] - width)
    return out


def velocity_count__wrong_window_in_whole_minutes(df, hours):
    """The window is int(hours * 60) minutes: hours = 0.025 is 90 seconds, and becomes 60."""
    width = int(hours * 60) * 60 * 10**9
    return pd.Series(
        _more_velocity(pd.factorize(df["entity"])[0], _more_ns(df["time"]), width), index=df.index
    )


def velocity_count__wrong_wall_clock_once_again(df, hours):
    """Drops the time zone: in Berlin on 2017-10-29, 02:30+02:00 and 02:30+01:00 are one time."""
    local = df["time"].dt.tz_localize(None) if df["time"].dt.tz is not None else df["time"]
    width = pd.Timedelta(hours=hours).as_unit("ns").value
    return pd.Series(
        _more_velocity(pd.factorize(df["entity"])[0], _more_ns(local), width), index=df.index
    )


def velocity_count__wrong_hours_as_floats(df, hours):
    """Hours since the first order are floats: 00:00, 00:42 and 00:48 with hours = 0.1 misses the border."""
    t = np.array(_more_ns(df["time"]), dtype=np.int64)
    t = (t - t.min()) / 3.6e12 if len(t) else t
    return pd.Series(_more_velocity(pd.factorize(df["entity"])[0], t, hours), index=df.index)


def velocity_count__wrong_entities_a_day_apart(df, hours):
    """One search for all, entities laid behind each other with a day between: hours = 48 reaches back.

    entity a at 10:00 and b at 11:00 with hours = 48: b has no history.
    """
    t = np.array(_more_ns(df["time"]), dtype=np.int64)
    if not len(t):
        return pd.Series(np.zeros(0, dtype=np.int64), index=df.index)
    t = t - t.min()
    key = t + pd.factorize(df["entity"])[0] * (t.max() + 24 * 3_600 * 10**9 + 1)
    every = np.sort(key)
    width = pd.Timedelta(hours=hours).as_unit("ns").value
    return pd.Series(
        np.searchsorted(every, key) - np.searchsorted(every, key - width), index=df.index
    )


def velocity_count__wrong_twins_dropped(df, hours):
    """Orders at one time are made one, so two earlier ones at 10:00 count once for 10:30."""
    code = pd.factorize(df["entity"])[0]
    flat = pd.DataFrame({"code": code, "t": np.array(_more_ns(df["time"]), dtype="int64")})
    once = flat.drop_duplicates()
    width = pd.Timedelta(hours=hours).as_unit("ns").value
    once = once.assign(n=_more_velocity(once["code"], once["t"], width))
    return pd.Series(flat.merge(once, how="left")["n"].to_numpy(dtype="int64"), index=df.index)


def velocity_count__wrong_whole_seconds_once_more(df, hours):
    """Times are cut to seconds: 10:00:00.2 and 10:00:00.7 of one entity seem to be at the same time."""
    t = np.array(_more_ns(df["time"]), dtype=np.int64) // 10**9
    width = hours * 3_600
    return pd.Series(_more_velocity(pd.factorize(df["entity"])[0], t, width), index=df.index)


def velocity_count__wrong_twenty_steps_back(df, hours):
    """Looks back at the last 20 orders of the entity: 22 orders, a minute apart, hours = 1."""
    width = pd.Timedelta(hours=hours).as_unit("ns").value
    flat = pd.DataFrame(
        {"code": pd.factorize(df["entity"])[0], "t": np.array(_more_ns(df["time"]), dtype="int64")}
    )
    ordered = flat.sort_values("t", kind="stable")
    n = pd.Series(0, index=ordered.index)
    for k in range(1, 21):
        gap = ordered["t"] - ordered.groupby("code")["t"].shift(k)
        n += ((gap > 0) & (gap <= width)).astype("int64")
    return pd.Series(n.sort_index().to_numpy(dtype="int64"), index=df.index)


def velocity_count__wrong_counts_by_label(df, hours):
    """Counts are put into a dict by index label, so rows with the label 0 twice share one count."""
    width = pd.Timedelta(hours=hours).as_unit("ns").value
    n = _more_velocity(pd.factorize(df["entity"])[0], _more_ns(df["time"]), width)
    found = dict(zip(df.index, n.tolist(), strict=True))
    return pd.Series([found[label] for label in df.index], index=df.index, dtype="int64")


def _again_places(budget, mix):
    return budget * round(mix * 100) // 100


def review_queue__right_pools(sup, ano, budget, mix):
    """Two ranked lists without NaN; sup's places, ano's places, then whichever list still has orders."""

    def ranked(s):
        return sorted((i for i, x in enumerate(s) if x == x), key=lambda i: (-s[i], i))

    first, second = ranked(np.asarray(sup, float).tolist()), ranked(np.asarray(ano, float).tolist())
    places = _again_places(budget, mix)
    queue = first[: budget - places]
    queue += [i for i in second if i not in queue][:places]
    for pool in (first, second):
        queue += [i for i in pool if i not in queue][: budget - len(queue)]
    return queue


def review_queue__right_heaps_once_again(sup, ano, budget, mix):
    """Two heaps; orders are popped one at a time, places in exact decimals."""
    heaps = [[(-float(x), i) for i, x in enumerate(s) if not math.isnan(x)] for s in (sup, ano)]
    for heap in heaps:
        heapq.heapify(heap)
    queue, taken = [], set()

    def take(heap, places):
        while heap and places > 0:
            _, i = heapq.heappop(heap)
            if i not in taken:
                taken.add(i)
                queue.append(i)
                places -= 1

    of_ano = int(Decimal(str(round(float(mix), 2))) * budget)
    take(heaps[0], budget - of_ano)
    take(heaps[1], of_ano)
    take(heaps[0], budget - len(queue))
    take(heaps[1], budget - len(queue))
    return queue


def review_queue__right_lexsort(sup, ano, budget, mix):
    """numpy: orders chosen by the model are masked out of the detector's list."""
    sup, ano = np.asarray(sup, float), np.asarray(ano, float)
    of_ano = math.floor(budget * mix + 1e-6)
    free = np.ones(sup.size, dtype=bool)
    queue = []

    def best(s, places):
        rows = np.flatnonzero(free & ~np.isnan(s))
        rows = rows[np.lexsort((rows, -s[rows]))][: max(places, 0)]
        free[rows] = False
        queue.extend(rows.tolist())

    best(sup, budget - of_ano)
    best(ano, of_ano)
    for s in (sup, ano):
        best(s, budget - len(queue))
    return queue


def _more_ranked(s, has=None):
    s = np.asarray(s, float)
    has = ~np.isnan(s) if has is None else has
    return sorted(np.flatnonzero(has).tolist(), key=lambda i: (-s[i], i))


def _again_queue(first, second, budget, places):
    queue = first[: budget - places]
    queue += [i for i in second if i not in queue][:places]
    for pool in (first, second):
        queue += [i for i in pool if i not in queue][: budget - len(queue)]
    return queue


def review_queue__wrong_exact_value_of_the_float(sup, ano, budget, mix):
    """Fraction(0.29) is exact and below 29/100: of 100 places 28. 100 rows, mix = 0.29."""
    places = math.floor(Fraction(mix) * budget)
    return _again_queue(_more_ranked(sup), _more_ranked(ano), budget, places)


def review_queue__wrong_budget_cut_first_once_more(sup, ano, budget, mix):
    """The budget is cut to the number of orders, then divided: 4 orders, budget = 8, mix = 0.5."""
    budget = min(budget, len(sup))
    return _again_queue(_more_ranked(sup), _more_ranked(ano), budget, _again_places(budget, mix))


def review_queue__wrong_rows_with_both_scores(sup, ano, budget, mix):
    """dropna drops orders that have one of two scores: sup = [1, nan], ano = [1, 2], budget = 2."""
    both = ~np.isnan(np.asarray(sup, float)) & ~np.isnan(np.asarray(ano, float))
    return _again_queue(
        _more_ranked(sup, both), _more_ranked(ano, both), budget, _again_places(budget, mix)
    )


def review_queue__wrong_model_fills_before_detector(sup, ano, budget, mix):
    """The model's extra orders stand before the detector's.

    sup = [4, 3, 2, 1], ano = [nan, nan, nan, 9], budget = 4, mix = 0.5: must be [0, 1, 3, 2].
    """
    first, second, places = _more_ranked(sup), _more_ranked(ano), _again_places(budget, mix)
    chosen = set(first[: budget - places])
    found = [i for i in second if i not in chosen][:places]
    queue = [i for i in first if i not in found][: budget - len(found)]
    queue += found
    return queue + [i for i in second if i not in queue][: budget - len(queue)]


def review_queue__wrong_zero_is_no_score(sup, ano, budget, mix):
    """nan_to_num makes NaN 0, and scores of 0 are left out: sup = [0.0], ano = [nan], budget = 1."""
    sup, ano = np.nan_to_num(np.asarray(sup, float)), np.nan_to_num(np.asarray(ano, float))
    return _again_queue(
        _more_ranked(sup, sup != 0), _more_ranked(ano, ano != 0), budget, _again_places(budget, mix)
    )


def review_queue__wrong_quick_sort(sup, ano, budget, mix):
    """argsort of -s without kind: of equal scores the lower number need not come first: sup = [0, 1] * 20."""

    def ranked(s):
        s = np.asarray(s, float)
        order = np.argsort(-s)
        return order[~np.isnan(s[order])].tolist()

    return _again_queue(ranked(sup), ranked(ano), budget, _again_places(budget, mix))


def review_queue__wrong_last_places_of_ascending(sup, ano, budget, mix):
    """The last places of an ascending order, [-0:] is all: mix = 1 gives the model everything."""

    def last(s, k, taken=()):
        return [i for i in _more_ranked(s)[::-1] if i not in taken][-k:][::-1]

    places = _again_places(budget, mix)
    if budget == 0:
        return []
    queue = last(sup, budget - places)
    queue += [i for i in last(ano, places, queue)]
    return (queue + [i for i in _more_ranked(sup) + _more_ranked(ano) if i not in queue])[:budget]


def review_queue__wrong_detector_list_cut_to_budget(sup, ano, budget, mix):
    """Only the first `budget` of each list are looked at when the queue is filled.

    sup = [4, 3, nan], ano = [9, 8, 1], budget = 3 is right; sup = [5, 4, nan, nan, nan],
    ano = [9, 8, 7, 6, 5], budget = 4, mix = 0.5 must be [0, 1, 2, 3].
    """
    first, second = _more_ranked(sup)[:budget], _more_ranked(ano)[:budget]
    places = _again_places(budget, mix)
    queue = first[: budget - places]
    queue += [i for i in second[: places + len(queue)] if i not in queue][:places]
    queue += [i for i in first if i not in queue][: budget - len(queue)]
    return queue


def prior_correct__right_count_before_sampling(p, kept):
    """Frauds over all orders before the sampling."""
    p = np.asarray(p, float)
    return p / (p + (1 - p) / kept)


def prior_correct__right_log_odds_once_more(p, kept):
    """The log odds go down by -log(kept); infinities at 0 and 1 come back as 0 and 1."""
    return expit(logit(np.asarray(p, float)) + math.log(kept))


def prior_correct__right_exact_fractions(p, kept):
    """Fractions, one order at a time."""
    kept = Fraction(float(kept))
    out = []
    for x in np.asarray(p, float).tolist():
        x = Fraction(x)
        out.append(float(kept * x / (kept * x + 1 - x)))
    return np.array(out, dtype=float)


def _corrected(p, kept):
    p = np.asarray(p, float)
    return kept * p / (kept * p + (1 - p))


def prior_correct__wrong_stands_for_whole_orders_once_more(p, kept):
    """An honest order stands for int(1 / kept) orders: kept = 0.3 is 3, not 3.33 (p = [0.5])."""
    p = np.asarray(p, float)
    return p / (p + (1 - p) * int(1 / kept))


def prior_correct__wrong_stands_for_rounded_orders(p, kept):
    """An honest order stands for round(1 / kept) orders: kept = 0.7 is 1 (p = [0.5])."""
    p = np.asarray(p, float)
    return p / (p + (1 - p) * round(1 / kept))


def prior_correct__wrong_out_of_a_hundred(p, kept):
    """Counts whole frauds among 100 orders: p = [0.004] is none of them."""
    bad = np.round(100 * np.asarray(p, float))
    return bad / (bad + (100 - bad) / kept)


def prior_correct__wrong_log_odds_clipped(p, kept):
    """Log odds are clipped to 20 against infinities: p = [1.0], kept = 1e-6 gives 0.998, not 1."""
    with np.errstate(divide="ignore"):
        z = np.clip(logit(np.asarray(p, float)), -20, 20)
    return expit(z + math.log(kept))


def prior_correct__wrong_epsilon_below(p, kept):
    """1e-6 in the denominator: p = [1.0], kept = 1e-5 gives 0.91, not 1."""
    p = np.asarray(p, float)
    return kept * p / (kept * p + (1 - p) + 1e-6)


def prior_correct__wrong_one_is_one_percent(p, kept):
    """A kept of 1 or more is taken for percent: kept = 1 changes p = [0.5]."""
    return _corrected(p, kept / 100 if kept >= 1 else kept)


def prior_correct__wrong_table_of_percents(p, kept):
    """Looked up in a table of 101 points and drawn straight between them: p = [0.995], kept = 0.05."""
    grid = np.linspace(0, 1, 101)
    return np.interp(np.asarray(p, float), grid, _corrected(grid, kept))


def prior_correct__wrong_lowered_only_where_safe(p, kept):
    """p above 0.99 is left as it is, against a division by 0: p = [0.995], kept = 0.05."""
    p = np.asarray(p, float)
    return np.where(p > 0.99, p, _corrected(p, kept))


def weighted_rate__right_weighted_mean(y, prob):
    """numpy's weighted mean of the labelled orders; the weights are scaled to at most 1."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    ok = ~np.isnan(y)
    if not ok.any():
        return float("nan")
    return float(np.average(y[ok], weights=prob[ok].min() / prob[ok]))


def weighted_rate__right_exact_fractions(y, prob):
    """Sums of exact fractions."""
    bad = every = Fraction(0)
    for a, b in zip(np.asarray(y, float).tolist(), np.asarray(prob, float).tolist(), strict=True):
        if a == a:
            every += 1 / Fraction(b)
            bad += Fraction(a) / Fraction(b)
    return float(bad / every) if every else math.nan


def weighted_rate__right_by_class(y, prob):
    """The orders that each label stands for, by pandas groups that leave NaN out."""
    stands = (1 / pd.Series(np.asarray(prob, float))).groupby(np.asarray(y, float)).sum()
    if stands.empty:
        return float("nan")
    return float(stands.get(1.0, 0.0) / stands.sum())


def _labelled(y, prob):
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    ok = ~np.isnan(y)
    return y[ok], prob[ok]


def weighted_rate__wrong_stands_for_whole_orders(y, prob):
    """int(1 / prob) copies of each order: prob = [0.3, 1], y = [1, 0] gives 3 of 4."""
    y, prob = _labelled(y, prob)
    copies = np.repeat(y, (1 / prob).astype(int))
    return float(copies.mean()) if copies.size else float("nan")


def weighted_rate__wrong_all_orders_a_whole_number(y, prob):
    """The denominator is cut to a whole number: prob = [0.4, 0.4], y = [1, 0] gives 2.5 of 5; [0.4] 1.25."""
    y, prob = _labelled(y, prob)
    return float((y / prob).sum() / int((1 / prob).sum() + 1e-9)) if y.size else float("nan")


def weighted_rate__wrong_weights_trimmed(y, prob):
    """Weights are cut at 20, as people do against noise: prob = [0.01, 1], y = [1, 0]."""
    y, prob = _labelled(y, prob)
    return float(np.average(y, weights=np.minimum(1 / prob, 20))) if y.size else float("nan")


def weighted_rate__wrong_negative_power(y, prob):
    """prob ** -1 fails for integers: prob = np.array([1, 1])."""
    y, prob = np.asarray(y, float), np.asarray(prob)
    ok = ~np.isnan(y)
    w = prob[ok] ** -1
    return float((w * y[ok]).sum() / w.sum()) if ok.any() else float("nan")


def weighted_rate__wrong_mean_chance_of_a_class_once_more(y, prob):
    """Frauds and honest orders weigh one over their mean chance: y = [1, 1, 0], prob = [1, 0.25, 1]."""
    y, prob = _labelled(y, prob)
    if not y.size:
        return float("nan")
    bad = y.sum() / prob[y == 1].mean() if y.any() else 0.0
    good = (1 - y).sum() / prob[y == 0].mean() if not y.all() else 0.0
    return float(bad / (bad + good))


def weighted_rate__wrong_bincount_without_length(y, prob):
    """bincount of labels has one place if nobody is a fraud: y = [0], prob = [1] fails."""
    y, prob = _labelled(y, prob)
    if not y.size:
        return float("nan")
    stands = np.bincount(y.astype(int), weights=1 / prob)
    return float(stands[1] / stands.sum())


def weighted_rate__wrong_chance_in_percent_once_more(y, prob):
    """Chances are rounded to a hundredth, as a key of groups: prob = [0.015, 1], y = [1, 0]."""
    y, prob = _labelled(y, prob)
    if not y.size:
        return float("nan")
    groups = pd.DataFrame({"y": y, "q": np.maximum(prob.round(2), 0.01)}).groupby("q")["y"]
    table = groups.agg(["sum", "size"])
    return float((table["sum"] / table.index).sum() / (table["size"] / table.index).sum())


def weighted_rate__wrong_small_chances_left_out(y, prob):
    """Labels with a chance below 1 % are left out as unstable: prob = [0.005, 1], y = [1, 0]."""
    y, prob = _labelled(y, prob)
    if not y.size:
        return float("nan")
    stable = prob >= 0.01
    return (
        float(np.average(y[stable], weights=1 / prob[stable])) if stable.any() else float(y.mean())
    )


def weighted_rate__wrong_epsilon_under_the_chance(y, prob):
    """1e-4 is added to every chance: prob = [1e-4, 1], y = [1, 0] gives half of the weight."""
    y, prob = _labelled(y, prob)
    return (
        float(np.average(y, weights=1 / (prob + 1e-4 * (prob < 0.01)))) if y.size else float("nan")
    )


def _things(links, most):
    known = links.loc[links["value"].notna(), ["account", "kind", "value"]].drop_duplicates()
    users = defaultdict(list)
    for a, k, v in known.itertuples(index=False, name=None):
        users[k, v].append(int(a))
    return [group for group in users.values() if len(group) <= most]


def _answer_of(ring):
    accounts = sorted(ring)
    return pd.Series(
        [ring[a] for a in accounts], index=pd.Index(accounts, dtype="int64"), dtype="int64"
    )


def ring_of__right_disjoint_set(links, most):
    """scipy's DisjointSet; the smallest member of each subset."""
    sets = DisjointSet(sorted({int(a) for a in links["account"]}))
    for group in _things(links, most):
        for a in group[1:]:
            sets.merge(group[0], a)
    return _answer_of({a: min(part) for part in sets.subsets() for a in part})


def ring_of__right_smallest_until_still(links, most):
    """pandas: the smallest number goes from accounts to things and back until nothing changes."""
    known = links.loc[links["value"].notna(), ["account", "kind", "value"]].drop_duplicates()
    users = known.groupby(["kind", "value"])["account"].transform("size")
    known = known[users <= most].reset_index(drop=True)
    accounts = np.unique(links["account"].to_numpy(dtype="int64"))
    ring = pd.Series(accounts, index=accounts)
    while len(known):
        known["ring"] = ring.loc[known["account"]].to_numpy()
        known["ring"] = known.groupby(["kind", "value"])["ring"].transform("min")
        lower = known.groupby("account")["ring"].min()
        new = ring.copy()
        new.loc[lower.index] = np.minimum(ring.loc[lower.index], lower)
        if new.equals(ring):
            break
        ring = new
    return ring.astype("int64")


def ring_of__right_walk_once_more(links, most):
    """A walk with a stack from each account, in ascending order, over accounts and things."""
    edges = defaultdict(set)
    for number, group in enumerate(_things(links, most)):
        for a in group:
            edges["account", a].add(("thing", number))
            edges["thing", number].add(("account", a))
    ring = {}
    for start in sorted({int(a) for a in links["account"]}):
        stack, seen = [("account", start)], set()
        if start in ring:
            continue
        while stack:
            node = stack.pop()
            if node not in seen:
                seen.add(node)
                stack += edges[node]
        ring |= {a: start for what, a in seen if what == "account"}
    return _answer_of(ring)


def _more_join(accounts, groups):
    sets = DisjointSet(sorted({int(a) for a in accounts}))
    for group in groups:
        group = [int(a) for a in group]
        for a in group[1:]:
            sets.merge(group[0], a)
    return {a: min(part) for part in sets.subsets() for a in part}


def ring_of__wrong_kind_and_value_joined(links, most):
    """kind + "_" + value is the name of a thing: ("a_b", "c") and ("a", "b_c") become one."""
    known = links.dropna(subset=["value"])
    groups = known["account"].groupby(known["kind"] + "_" + known["value"]).unique()
    return _answer_of(_more_join(links["account"], [g for g in groups if len(g) <= most]))


def ring_of__wrong_three_rounds(links, most):
    """The smallest number is passed on three times, which a chain of nine accounts outruns."""
    groups = _things(links, most)
    ring = {int(a): int(a) for a in links["account"]}
    for _ in range(3):
        lowest = [min(ring[a] for a in g) for g in groups]
        new = dict(ring)
        for g, low in zip(groups, lowest, strict=True):
            for a in g:
                new[a] = min(new[a], low)
        ring = new
    return _answer_of(ring)


def ring_of__wrong_parent_overwritten(links, most):
    """parent[larger] = smaller forgets the parent it had: devices {2, 5} and {1, 5} leave 2 alone."""
    parent = {int(a): int(a) for a in links["account"]}
    for group in sorted(_things(links, most), key=lambda g: -min(g)):
        low = min(group)
        for a in group:
            if a != low:
                parent[a] = low

    def top(a):
        while parent[a] != a:
            a = parent[a]
        return a

    return _answer_of({a: top(a) for a in parent})


def ring_of__wrong_smallest_as_text(links, most):
    """The smallest number is found among texts: 9 and 10 share a device, and "10" is smaller."""
    ring = _more_join(links["account"], _things(links, most))
    members = defaultdict(list)
    for a, r in ring.items():
        members[r].append(str(a))
    return _answer_of({a: int(min(members[r])) for a, r in ring.items()})


def ring_of__wrong_hub_by_value_alone_once_more(links, most):
    """Accounts of a value are counted over all kinds: device "7" of 1 and 2, address "7" of 3 and 4, most 2."""
    known = links.dropna(subset=["value"])
    size = known.groupby("value")["account"].nunique()
    groups = known.groupby(["kind", "value"])["account"].unique()
    groups = [g for (_, v), g in groups.items() if size[v] <= most]
    return _answer_of(_more_join(links["account"], groups))


def ring_of__wrong_case_and_spaces_ignored(links, most):
    """Values are stripped and put in lower case first: devices "A1" and "a1" are two things."""
    tidy = links.assign(
        value=links["value"].str.strip().str.lower() if len(links) else links["value"]
    )
    return _answer_of(_more_join(links["account"], _things(tidy, most)))


def ring_of__wrong_repeats_dropped_in_place(links, most):
    """Repeated rows are dropped inplace, and the caller's links get shorter: [(1, "device", "x")] * 2."""
    links.drop_duplicates(inplace=True)
    return _answer_of(_more_join(links["account"], _things(links, most)))


TRUE |= {
    "average_precision__wrong_scores_rounded_once_again": ("close_scores_taken_for_equal",),
    "average_precision__wrong_single_precision_once_again": ("close_scores_taken_for_equal",),
    "average_precision__wrong_envelope": ("best_precision_to_come",),
    "average_precision__wrong_thresholds_from_zero_to_one": ("fixed_thresholds",),
    "average_precision__wrong_isclose_joins_a_chain": ("close_scores_taken_for_equal",),
    "cheapest_action__wrong_relative_tolerance_once_again": ("near_is_equal",),
    "cheapest_action__wrong_whole_cents": ("near_is_equal",),
    "cheapest_action__wrong_probability_clipped": ("any_number_is_a_probability",),
    "cheapest_action__wrong_ends_are_no_probabilities": ("ends_are_no_probabilities",),
    "kill_matured_split__wrong_one_long_delay": ("sorted_orders_only",),
    "velocity_count__wrong_wall_clock_once_again": ("clock_on_the_wall",),
    "review_queue__wrong_exact_value_of_the_float": ("place_lost_to_a_float",),
    "review_queue__wrong_detector_list_cut_to_budget": ("filled_up_by_the_model_alone",),
    "ring_of__wrong_three_rounds": ("few_steps_only",),
    "ring_of__wrong_hub_by_value_alone_once_more": ("hubs_counted_over_kinds",),
}


# ---- Thirteenth bank

# 9.1 break_review_list


def break_review_list__right_one_case_for_all_thirteenth(defect):
    return [0.3, 0.9, 0.05, 0.01], [300.0, 50.0, 600.0, 10.0], 5.0, 8


def break_review_list__right_table(defect):
    return {
        "half_is_the_threshold": ([0.3], [100.0], 5.0, 1),
        "probability_rounded": ([0.2], [100.0], 5.0, 1),
        "amount_forgotten": ([0.5, 0.1], [20.0, 1000.0], 5.0, 1),
        "largest_amount_first": ([0.9, 0.1], [100.0, 500.0], 5.0, 1),
        "cost_forgotten": ([0.01], [10.0], 5.0, 1),
        "wrong_column": ([0.9], [10.0], 5.0, 1),
    }[defect]


def _brl_list(p, amount, cost, n, how=""):
    loss = [a * b for a, b in zip(p, amount)]
    rows = range(len(p))
    if how == "half_is_the_threshold":
        rows = [i for i in rows if p[i] >= 0.5]
    elif how == "probability_rounded":
        loss = [(x >= 0.5) * b for x, b in zip(p, amount)]
        rows = [i for i in rows if loss[i] >= cost]
    elif how == "wrong_column":
        loss = [(1 - x) * b for x, b in zip(p, amount)]
        rows = [i for i in rows if loss[i] >= cost]
    elif how != "cost_forgotten":
        rows = [i for i in rows if loss[i] >= cost]
    key = {"amount_forgotten": p, "largest_amount_first": amount}.get(how, loss)
    return sorted(rows, key=lambda i: -key[i])[:n]


def break_review_list__right_search_thirteenth(defect):
    rng = np.random.default_rng(0)
    while True:
        p = (rng.integers(0, 21, 4) / 20).tolist()
        amount = rng.integers(1, 1000, 4).astype(float).tolist()
        cost, n = float(rng.integers(1, 100)), int(rng.integers(1, 5))
        if _brl_list(p, amount, cost, n) != _brl_list(p, amount, cost, n, defect):
            return p, amount, cost, n


def break_review_list__wrong_half_exactly(defect):
    """half_is_the_threshold: p = 0.5 passes both rules ("0.5 or more"), so the lists are equal."""
    if defect == "half_is_the_threshold":
        return [0.5], [100.0], 5.0, 1
    return break_review_list__right_table(defect)


def break_review_list__wrong_rounded_up_still_worth(defect):
    """probability_rounded: p = 0.8 becomes 1 and the order is reviewed either way."""
    if defect == "probability_rounded":
        return [0.8, 0.1], [100.0, 20.0], 5.0, 2
    return break_review_list__right_table(defect)


def break_review_list__wrong_product_agrees_with_p(defect):
    """amount_forgotten: the order with the larger p also has the larger loss (90 against 10)."""
    if defect == "amount_forgotten":
        return [0.9, 0.1], [100.0, 100.0], 5.0, 2
    return break_review_list__right_table(defect)


def break_review_list__wrong_cheap_risky_not_worth(defect):
    """amount_forgotten: the order with the large p is not worth a review, so both lists drop it."""
    if defect == "amount_forgotten":
        return [0.9, 0.1], [5.0, 1000.0], 5.0, 1
    return break_review_list__right_table(defect)


def break_review_list__wrong_expensive_not_worth(defect):
    """largest_amount_first: the expensive order's loss is 1 < 5, so it is in neither list."""
    if defect == "largest_amount_first":
        return [0.9, 0.001], [100.0, 1000.0], 5.0, 1
    return break_review_list__right_table(defect)


def break_review_list__wrong_queue_full_anyway(defect):
    """cost_forgotten: n = 1 and one order pays, so the list is full without the bad order."""
    if defect == "cost_forgotten":
        return [0.9, 0.01], [100.0, 10.0], 5.0, 1
    return break_review_list__right_table(defect)


def break_review_list__wrong_loss_equals_cost_thirteenth(defect):
    """cost_forgotten: 0.5 x 10 = 5 is "at least the cost", so the order is worth a review."""
    if defect == "cost_forgotten":
        return [0.5], [10.0], 5.0, 1
    return break_review_list__right_table(defect)


def break_review_list__wrong_coin_flip_column(defect):
    """wrong_column: p = 0.5 is the same in both columns."""
    if defect == "wrong_column":
        return [0.5, 0.5], [100.0, 20.0], 5.0, 2
    return break_review_list__right_table(defect)


def break_review_list__wrong_tie_taken_for_difference(defect):
    """largest_amount_first: equal losses (10, 10) go by number, and the larger amount is number 0."""
    if defect == "largest_amount_first":
        return [0.25, 0.5], [40.0, 20.0], 5.0, 2
    return break_review_list__right_table(defect)


def break_review_list__wrong_amount_too_large_thirteenth(defect):
    """amount_forgotten: an amount of 5,000 USD is above the 1,000 that is allowed."""
    if defect == "amount_forgotten":
        return [0.9, 0.1], [100.0, 5000.0], 5.0, 2
    return break_review_list__right_table(defect)


def break_review_list__wrong_percent_thirteenth(defect):
    """half_is_the_threshold: p is 30 (percent), outside 0 to 1."""
    if defect == "half_is_the_threshold":
        return [30.0], [100.0], 5.0, 1
    return break_review_list__right_table(defect)


def break_review_list__wrong_free_review_thirteenth(defect):
    """cost_forgotten: the cost is 0, which is not allowed, and every order pays."""
    if defect == "cost_forgotten":
        return [0.01], [10.0], 0.0, 1
    return break_review_list__right_table(defect)


# 9.2 average_precision


def average_precision__right_unique_cumsum(y, s):
    y = np.asarray(y).astype(int)
    if y.size == 0 or y.sum() == 0:
        return float("nan")
    levels, where = np.unique(s, return_inverse=True)
    n = np.bincount(where, minlength=len(levels))[::-1].cumsum()
    f = np.bincount(where, weights=y, minlength=len(levels))[::-1].cumsum()
    recall = f / f[-1]
    return float(np.sum(np.diff(recall, prepend=0.0) * (f / n)))


def average_precision__right_loop_thresholds(y, s):
    pairs = list(zip(np.asarray(s).tolist(), np.asarray(y).tolist()))
    frauds = sum(1 for _, label in pairs if label)
    if not frauds:
        return math.nan
    total, before = Fraction(0), 0
    seen = hit = 0
    count = defaultdict(lambda: [0, 0])
    for score, label in pairs:
        count[score][0] += 1
        count[score][1] += bool(label)
    for score in sorted(count, reverse=True):
        seen += count[score][0]
        hit += count[score][1]
        total += Fraction(hit - before, frauds) * Fraction(hit, seen)
        before = hit
    return float(total)


def average_precision__right_pandas_thirteenth(y, s):
    frame = pd.DataFrame({"y": np.asarray(y).astype(float), "s": np.asarray(s)})
    if frame["y"].sum() == 0:
        return float("nan")
    g = frame.groupby("s")["y"].agg(["sum", "size"]).sort_index(ascending=False)
    precision = g["sum"].cumsum() / g["size"].cumsum()
    return float((g["sum"] * precision).sum() / g["sum"].sum())


def average_precision__right_sklearn_guarded(y, s):
    y = np.asarray(y).astype(int)
    if not y.any():
        return float("nan")
    rank = np.unique(s, return_inverse=True)[1]
    return float(average_precision_score(y, rank))


def average_precision__wrong_ties_in_table_order(y, s):
    """Each order is flagged alone in table order; y=[0,1], s=[1,1] and y=[1,0], s=[1,1] differ."""
    y = np.asarray(y).astype(int)
    if y.sum() == 0:
        return float("nan")
    y = y[np.argsort(-np.asarray(s, float), kind="stable")]
    precision = y.cumsum() / np.arange(1, len(y) + 1)
    return float(precision[y == 1].mean())


def average_precision__wrong_ties_honest_first(y, s):
    """Ties put honest orders first and count each fraud alone; y=[1,1,0], s=[5,5,5] gives 7/12, not 2/3."""
    y = np.asarray(y).astype(int)
    if y.sum() == 0:
        return float("nan")
    y = y[np.lexsort((y, -np.asarray(s, float)))]
    precision = y.cumsum() / np.arange(1, len(y) + 1)
    return float(precision[y == 1].mean())


def average_precision__wrong_one_class_is_nan(y, s):
    """NaN also when all orders are frauds, where it is 1: y=[1,1]."""
    if len(np.unique(np.asarray(y))) < 2:
        return float("nan")
    return average_precision__right_unique_cumsum(y, s)


def average_precision__wrong_no_fraud_is_zero_thirteenth(y, s):
    """0 in place of NaN when there are orders and none is a fraud: y=[0,0]."""
    if len(y) == 0:
        return float("nan")
    if np.asarray(y).sum() == 0:
        return 0.0
    return average_precision__right_unique_cumsum(y, s)


def average_precision__wrong_trapezoid_thirteenth(y, s):
    """The points are joined by lines, starting at precision 1; y=[1,0,1,0] with falling scores shows it."""
    y = np.asarray(y).astype(int)
    if y.sum() == 0:
        return float("nan")
    levels, where = np.unique(s, return_inverse=True)
    n = np.bincount(where)[::-1].cumsum()
    f = np.bincount(where, weights=y)[::-1].cumsum()
    r, p = np.r_[0.0, f / f[-1]], np.r_[(f / n)[0], f / n]
    return float(np.sum(np.diff(r) * (p[1:] + p[:-1]) / 2))


def average_precision__wrong_precision_envelope(y, s):
    """Interpolated precision (largest at any later recall); y=[0,1,1], s=[3,2,1] gives 2/3, not 7/12."""
    y = np.asarray(y).astype(int)
    if y.sum() == 0:
        return float("nan")
    levels, where = np.unique(s, return_inverse=True)
    n = np.bincount(where)[::-1].cumsum()
    f = np.bincount(where, weights=y)[::-1].cumsum()
    p = np.maximum.accumulate((f / n)[::-1])[::-1]
    return float(np.sum(np.diff(f / f[-1], prepend=0.0) * p))


def average_precision__wrong_close_scores_equal(y, s):
    """Scores within 1e-8 are taken as one; s=[3e-9, 2e-9, 1e-9] ("any scale") becomes one group."""
    y = np.asarray(y).astype(int)
    if y.sum() == 0:
        return float("nan")
    s = np.asarray(s, float)
    order = np.argsort(-s, kind="stable")
    y, s = y[order], s[order]
    last = np.r_[~np.isclose(s[1:], s[:-1]), True]
    f, n = y.cumsum()[last], np.arange(1, len(y) + 1)[last]
    return float(np.sum(np.diff(f / f[-1], prepend=0.0) * f / n))


def average_precision__wrong_negative_scores_dropped(y, s):
    """Thresholds stop at 0, so frauds with a negative score add nothing: y=[1,0,1], s=[2,1,-1]."""
    y, s = np.asarray(y).astype(int), np.asarray(s, float)
    if y.sum() == 0:
        return float("nan")
    total, before = 0.0, 0
    for level in np.unique(s[s >= 0])[::-1]:
        flagged = s >= level
        hit = y[flagged].sum()
        total += (hit - before) / y.sum() * hit / flagged.sum()
        before = hit
    return float(total)


def average_precision__wrong_first_of_tie_group_thirteenth(y, s):
    """Within a group of equal scores only the frauds count as flagged; y=[1,0,1,0], s=[9,5,5,1]: the group of 5 gets 2/2, not 2/3."""
    y, s = np.asarray(y).astype(int), np.asarray(s, float)
    if y.sum() == 0:
        return float("nan")
    if len(np.unique(s)) == 1:
        return float(y.mean())
    total, before = 0.0, 0
    for level in np.unique(s)[::-1]:
        hit = y[s >= level].sum()
        flagged = (s > level).sum() + y[s == level].sum()
        if hit > before:
            total += (hit - before) / y.sum() * hit / flagged
        before = hit
    return float(total)


def average_precision__wrong_scores_rounded_thirteenth(y, s):
    """Scores are rounded to two decimals first; s=[0.004, 0.003] becomes a tie."""
    return average_precision__right_unique_cumsum(y, np.round(np.asarray(s, float), 2))


def average_precision__wrong_bool_sum(y, s):
    """Uses y * 1.0 for numbers but ~y for the honest ones: for int y, ~0 = -1, so n is wrong; hidden for bool y.

    y=[1,0,1,0] as int: counts of honest orders are negative."""
    y = np.asarray(y)
    if y.sum() == 0:
        return float("nan")
    levels, where = np.unique(s, return_inverse=True)
    f = np.bincount(where, weights=y)[::-1].cumsum()
    h = np.bincount(where, weights=(~y).astype(float))[::-1].cumsum()
    return float(np.sum(np.diff(f / f[-1], prepend=0.0) * f / (f + h)))


def average_precision__wrong_mean_of_precisions_at_levels(y, s):
    """Averages precision over the levels that hold a fraud, not over frauds; y=[1,1,0,1], s=[5,5,3,1]."""
    y, s = np.asarray(y).astype(int), np.asarray(s, float)
    if y.sum() == 0:
        return float("nan")
    return float(np.mean([y[s >= v].mean() for v in np.unique(s[y == 1])]))


# 9.3 cheapest_action


def cheapest_action__right_round_argmin(p, amount, review, friction, margin, fee=0.0):
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    ok = (p >= 0) & (p <= 1)
    q = np.where(ok, p, 0.5)
    costs = np.column_stack(
        [
            q * ((1 - margin) * amount + fee),
            np.full(len(q), float(review)),
            (1 - q) * (margin * amount + friction),
        ]
    )
    return np.where(ok, np.round(costs, 9).argmin(axis=1), 1).astype(int)


def cheapest_action__right_loop_thirteenth(p, amount, review, friction, margin, fee=0.0):
    out = []
    for x, a in zip(np.asarray(p).tolist(), np.asarray(amount).tolist()):
        if not 0 <= x <= 1:
            out.append(1)
            continue
        costs = (x * (a - margin * a + fee), review, (1 - x) * (margin * a + friction))
        least = min(costs)
        out.append(next(i for i in range(3) if costs[i] <= least + 1e-7))
    return np.array(out, dtype=int)


def cheapest_action__right_where(p, amount, review, friction, margin, fee=0.0):
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    let = p * (amount * (1 - margin) + fee)
    stop = (1 - p) * (amount * margin + friction)
    tol = 1e-6
    action = np.where(let <= review + tol, 0, 1)
    best = np.where(action == 0, let, review)
    action = np.where(stop < best - tol, 2, action)
    action[~((p >= 0) & (p <= 1))] = 1
    return action.astype(int)


def cheapest_action__wrong_no_tolerance_thirteenth(p, amount, review, friction, margin, fee=0.0):
    """Compares raw floats: p=0.1, amount=10, margin=0.3, fee=0, review=0.7: to pass costs 0.7000000000000001, so it is reviewed."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    ok = (p >= 0) & (p <= 1)
    costs = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    return np.where(ok, np.argmin(costs, axis=0), 1)


def cheapest_action__wrong_open_interval(p, amount, review, friction, margin, fee=0.0):
    """0 < p < 1 is asked, so p = 0 and p = 1, which are probabilities, are reviewed."""
    action = cheapest_action__right_round_argmin(p, amount, review, friction, margin, fee)
    p = np.asarray(p, float)
    return np.where((p > 0) & (p < 1), action, 1)


def cheapest_action__wrong_relative_tolerance_thirteenth(
    p, amount, review, friction, margin, fee=0.0
):
    """np.isclose with its relative 1e-5: pass 1000.004 counts as equal to review 1000, so pass is chosen."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    ok = (p >= 0) & (p <= 1)
    q = np.where(ok, p, 0.5)
    costs = np.stack(
        [
            q * ((1 - margin) * amount + fee),
            np.full(len(q), float(review)),
            (1 - q) * (margin * amount + friction),
        ]
    )
    return np.where(ok, np.isclose(costs, costs.min(axis=0)).argmax(axis=0), 1)


def cheapest_action__wrong_cents(p, amount, review, friction, margin, fee=0.0):
    """Costs are rounded to cents: pass 5.004 against review 5 is called equal."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    ok = (p >= 0) & (p <= 1)
    q = np.where(ok, p, 0.5)
    costs = np.stack(
        [
            q * ((1 - margin) * amount + fee),
            np.full(len(q), float(review)),
            (1 - q) * (margin * amount + friction),
        ]
    )
    return np.where(ok, np.round(costs, 2).argmin(axis=0), 1)


def cheapest_action__wrong_only_nan_is_invalid(p, amount, review, friction, margin, fee=0.0):
    """p = 1.2 or -0.1 is used as it is: block of cost < 0, or pass; both must be reviewed."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    costs = np.stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )
    return np.where(np.isnan(p), 1, np.round(costs, 9).argmin(axis=0))


def cheapest_action__wrong_clipped_thirteenth(p, amount, review, friction, margin, fee=0.0):
    """Numbers outside 0 to 1 are clipped, so p = 1.5 is blocked."""
    return cheapest_action__right_round_argmin(
        np.clip(p, 0, 1), amount, review, friction, margin, fee
    )


def cheapest_action__wrong_tie_to_review(p, amount, review, friction, margin, fee=0.0):
    """Of equal costs of pass and review, review is chosen: p=0.5, amount=10, margin=0, review=5."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    let = np.round(p * ((1 - margin) * amount + fee), 9)
    stop = np.round((1 - p) * (margin * amount + friction), 9)
    action = np.full(len(p), 1)
    action[(let < review) & (let <= stop)] = 0
    action[(stop < review) & (stop < let)] = 2
    action[~((p >= 0) & (p <= 1))] = 1
    return action


def cheapest_action__wrong_tie_pass_block_to_review(p, amount, review, friction, margin, fee=0.0):
    """Where pass and block are equally cheap, and both cheaper than a review, strict comparisons leave review.

    p=0.5, amount=0, fee=4, friction=4, review=5: 2, 5, 2 must be pass."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    let = np.round(p * ((1 - margin) * amount + fee), 9)
    stop = np.round((1 - p) * (margin * amount + friction), 9)
    action = np.full(len(p), 1)
    action[(let <= review) & (let < stop)] = 0
    action[(stop < review) & (stop < let)] = 2
    action[~((p >= 0) & (p <= 1))] = 1
    return action


def cheapest_action__wrong_thresholds_divide(p, amount, review, friction, margin, fee=0.0):
    """Thresholds by division: amount 0, fee 0 and review 0 give 0/0 = NaN, and the order is reviewed, not passed."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    with np.errstate(all="ignore"):
        to_pass = review / ((1 - margin) * amount + fee)
        let = p * ((1 - margin) * amount + fee)
        stop = (1 - p) * (margin * amount + friction)
        action = np.where(p <= to_pass + 1e-12, 0, 1)
        best = np.where(action == 0, let, review)
        action = np.where(stop < best - 1e-9, 2, action)
    action[~((p >= 0) & (p <= 1))] = 1
    return action


def cheapest_action__wrong_pass_costs_the_price(p, amount, review, friction, margin, fee=0.0):
    """A fraud that passes costs the whole amount, not the goods: p=0.125, amount=40, margin=0.25, review=5, fee=0."""
    return _ca_argmin(
        p,
        amount,
        review,
        lambda q, a: q * (a + fee),
        lambda q, a: (1 - q) * (margin * a + friction),
    )


def _ca_argmin(p, amount, review, let, stop):
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    ok = (p >= 0) & (p <= 1)
    q = np.where(ok, p, 0.5)
    costs = np.stack([let(q, amount), np.full(len(q), float(review)), stop(q, amount)])
    return np.where(ok, np.round(costs, 9).argmin(axis=0), 1)


def cheapest_action__wrong_friction_for_all(p, amount, review, friction, margin, fee=0.0):
    """friction is paid for every block, also of a fraud: p=0.9, amount=40, friction=10: block 11, must be 2."""
    return _ca_argmin(
        p,
        amount,
        review,
        lambda q, a: q * ((1 - margin) * a + fee),
        lambda q, a: (1 - q) * margin * a + friction,
    )


def cheapest_action__wrong_fee_for_all(p, amount, review, friction, margin, fee=0.0):
    """The fee is paid for every order that passes: p=0, fee=15, review=5 is reviewed or blocked."""
    return _ca_argmin(
        p,
        amount,
        review,
        lambda q, a: q * (1 - margin) * a + fee,
        lambda q, a: (1 - q) * (margin * a + friction),
    )


def cheapest_action__wrong_review_misses_margin(p, amount, review, friction, margin, fee=0.0):
    """A review is charged only where the order is honest (review * (1 - p)); it costs the same for any order."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    ok = (p >= 0) & (p <= 1)
    q = np.where(ok, p, 0.5)
    costs = np.stack(
        [
            q * ((1 - margin) * amount + fee),
            (1 - q) * review,
            (1 - q) * (margin * amount + friction),
        ]
    )
    return np.where(ok, np.round(costs, 9).argmin(axis=0), 1)


def cheapest_action__wrong_margin_share_off_fee(p, amount, review, friction, margin, fee=0.0):
    """(1 - margin) * (amount + fee): the fee is reduced by the margin, shows with fee > 0 near a threshold."""
    return _ca_argmin(
        p,
        amount,
        review,
        lambda q, a: q * (1 - margin) * (a + fee),
        lambda q, a: (1 - q) * (margin * a + friction),
    )


# 9.4 matured_time_split


def matured_time_split__right_masks_thirteenth(t, cutoff, delay):
    t = np.asarray(t)
    return (
        np.flatnonzero((t + delay <= cutoff) & (t < cutoff)),
        np.flatnonzero(t >= cutoff),
    )


def matured_time_split__right_loop_thirteenth(t, cutoff, delay):
    train, test = [], []
    for i, day in enumerate(np.asarray(t).tolist()):
        if day >= cutoff:
            test.append(i)
        elif cutoff - day >= delay:
            train.append(i)
    return np.array(train, dtype=int), np.array(test, dtype=int)


def matured_time_split__right_sorted_search_thirteenth(t, cutoff, delay):
    t = np.asarray(t, float)
    order = np.argsort(t, kind="stable")
    start = np.searchsorted(t[order], cutoff, side="left")
    end = min(np.searchsorted(t[order], cutoff - delay, side="right"), start)
    return np.sort(order[:end]), np.sort(order[start:])


def matured_time_split__wrong_overlap_at_zero_delay(t, cutoff, delay):
    """No t < cutoff: with delay 0 an order of the day of the cutoff is in both parts."""
    t = np.asarray(t)
    return np.flatnonzero(t + delay <= cutoff), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_strictly_final(t, cutoff, delay):
    """t + delay < cutoff: t=40, delay=60, cutoff=100 is lost."""
    t = np.asarray(t)
    return np.flatnonzero(t + delay < cutoff), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_zero_delay_is_default(t, cutoff, delay):
    """`delay or 60`: a delay of 0 becomes 60 days."""
    t, delay = np.asarray(t), delay or 60
    return np.flatnonzero((t + delay <= cutoff) & (t < cutoff)), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_horizon_clipped(t, cutoff, delay):
    """The last final day is max(cutoff - delay, 0): cutoff 30, delay 60 and t = 0 is in train."""
    t = np.asarray(t)
    return (
        np.flatnonzero((t <= max(cutoff - delay, 0)) & (t < cutoff)),
        np.flatnonzero(t >= cutoff),
    )


def matured_time_split__wrong_whole_days_thirteenth(t, cutoff, delay):
    """Days are cut to integers: t=40.25, delay=60, cutoff=100 is called final."""
    t = np.floor(np.asarray(t, float))
    return np.flatnonzero((t + delay <= cutoff) & (t < cutoff)), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_int_delay_thirteenth(t, cutoff, delay):
    """int(delay): a delay of 0.5 counts as 0, so t=99.75, cutoff=100 is in train."""
    t = np.asarray(t)
    return np.flatnonzero((t + int(delay) <= cutoff) & (t < cutoff)), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_rows_by_time_thirteenth(t, cutoff, delay):
    """Row numbers are in order of time, not ascending: t=[30, 10] gives train [1, 0]."""
    t = np.asarray(t)
    order = np.argsort(t, kind="stable")
    s = t[order]
    return order[(s + delay <= cutoff) & (s < cutoff)], order[s >= cutoff]


def matured_time_split__wrong_sorted_assumed_thirteenth(t, cutoff, delay):
    """searchsorted on t as it is: wrong where t is not sorted, t=[130, 10, 90]."""
    t = np.asarray(t)
    start = np.searchsorted(t, cutoff, side="left")
    end = min(np.searchsorted(t, cutoff - delay, side="right"), start)
    return np.arange(end), np.arange(start, len(t))


def matured_time_split__wrong_numbers_after_sorting(t, cutoff, delay):
    """Sorts a copy and returns positions in it: t=[130, 10] gives train [0], which is the order of day 130."""
    t = np.sort(np.asarray(t))
    return np.flatnonzero((t + delay <= cutoff) & (t < cutoff)), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_test_after_cutoff(t, cutoff, delay):
    """t > cutoff: the order of the day of the cutoff (100) is in neither part."""
    t = np.asarray(t)
    return np.flatnonzero((t + delay <= cutoff) & (t < cutoff)), np.flatnonzero(t > cutoff)


def matured_time_split__wrong_equal_days_once(t, cutoff, delay):
    """Rows are looked up by day with list.index, so equal days give one row twice: t=[10, 10]."""
    days = np.asarray(t).tolist()
    train = sorted(days.index(d) for d in days if d + delay <= cutoff and d < cutoff)
    test = sorted(days.index(d) for d in days if d >= cutoff)
    return np.array(train, dtype=int), np.array(test, dtype=int)


def matured_time_split__wrong_zero_delay_only_earlier_day(t, cutoff, delay):
    """Orders must be a whole day before the cutoff: t=99.75, cutoff=100, delay=0 is lost."""
    t = np.asarray(t)
    return np.flatnonzero((t + delay <= cutoff) & (t <= cutoff - 1)), np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_row_zero_dropped(t, cutoff, delay):
    """Rows collected as mask * row number, then nonzero ones kept: row 0 vanishes when it is first but not in train.

    Here test loses row 0: t=[130, 10] gives test []."""
    t = np.asarray(t)
    rows = np.arange(len(t))
    test = rows * (t >= cutoff)
    return np.flatnonzero((t + delay <= cutoff) & (t < cutoff)), test[test > 0]


# 9.5 kill_matured_split


def _kms_right(t, cutoff, delay):
    train = [i for i, d in enumerate(t) if d < cutoff and d + delay <= cutoff]
    return train, [i for i, d in enumerate(t) if d >= cutoff]


def _kms_cases():
    days = [130, 40, 100, 10, 90, 39.75, 40.25, 100, 99.75, 10, 0, 101, 40]
    for delay in (0, 0.25, 0.5, 1, 60, 60.25, 100, 200):
        for cutoff in (100, 100.25, 0, 500, 40):
            yield days, cutoff, delay
    yield [], 100, 60
    yield [5], 5, 0
    yield [0, 1, 2], 2, 10


def kill_matured_split__right_battery(implementation):
    for days, cutoff, delay in _kms_cases():
        train, test = implementation(np.array(days, dtype=float), cutoff, delay)
        want = _kms_right(days, cutoff, delay)
        if ([int(i) for i in train], [int(i) for i in test]) != want:
            return False
    return True


def kill_matured_split__right_random(implementation):
    rng = np.random.default_rng(3)
    try:
        for _ in range(300):
            n = int(rng.integers(0, 9))
            t = rng.integers(0, 24, n) / 4
            if rng.random() < 0.3:
                t = np.floor(t).astype(int)
            cutoff, delay = float(rng.integers(0, 24) / 4), float(rng.integers(0, 16) / 4)
            got = implementation(t.copy(), cutoff, delay)
            if any(
                list(map(int, a)) != b for a, b in zip(got, _kms_right(t.tolist(), cutoff, delay))
            ):
                return False
    except Exception:
        return False
    return True


def kill_matured_split__right_by_hand(implementation):
    t = np.array([100.0, 40.0, 99.5, 10.0, 150.0, 40.5, 100.0, 10.0])
    wanted = {
        (100, 60): ([1, 3, 7], [0, 4, 6]),
        (100, 0): ([1, 2, 3, 5, 7], [0, 4, 6]),
        (100, 0.5): ([1, 2, 3, 5, 7], [0, 4, 6]),
        (100, 0.75): ([1, 3, 5, 7], [0, 4, 6]),
        (100, 59.5): ([1, 3, 5, 7], [0, 4, 6]),
        (100, 400): ([], [0, 4, 6]),
        (99.75, 0): ([1, 2, 3, 5, 7], [0, 4, 6]),
        (200, 0): ([0, 1, 2, 3, 4, 5, 6, 7], []),
        (5, 0): ([], [0, 1, 2, 3, 4, 5, 6, 7]),
        (160, 60): ([0, 1, 2, 3, 5, 6, 7], []),
    }
    for (cutoff, delay), (a, b) in wanted.items():
        train, test = implementation(t.copy(), cutoff, delay)
        if not (np.array_equal(train, a) and np.array_equal(test, b)):
            return False
    return True


def kill_matured_split__wrong_docstring_only(implementation):
    """Only the docstring's example, on which all eight wrong ones are right."""
    train, test = implementation(np.array([10, 30, 90, 110, 130]), 100, 60)
    return list(train) == [0, 1] and list(test) == [3, 4]


def kill_matured_split__wrong_tuple_equality(implementation):
    """Compares the tuple with lists: right functions that return arrays raise or are rejected."""
    try:
        return all(
            implementation(np.array(d, float), c, e) == _kms_right(d, c, e)
            for d, c, e in _kms_cases()
        )
    except ValueError:
        return False


def kill_matured_split__wrong_asserts_return_none(implementation):
    """Asserts, and forgets to return True at the end: a right one gets None."""
    for days, cutoff, delay in _kms_cases():
        train, test = implementation(np.array(days, dtype=float), cutoff, delay)
        assert (list(train), list(test)) == _kms_right(days, cutoff, delay)


def kill_matured_split__wrong_wants_arrays(implementation):
    """Rejects a right function that returns lists, which "may return lists or arrays" allows."""
    for days, cutoff, delay in _kms_cases():
        train, test = implementation(np.array(days, dtype=float), cutoff, delay)
        if not (isinstance(train, np.ndarray) and isinstance(test, np.ndarray)):
            return False
        if (train.tolist(), test.tolist()) != _kms_right(days, cutoff, delay):
            return False
    return True


def kill_matured_split__wrong_dtype_of_empty_list(implementation):
    """np.asarray(part).dtype must be int: a right function that returns an empty list gives float and is rejected."""
    for days, cutoff, delay in _kms_cases():
        train, test = map(np.asarray, implementation(np.array(days, dtype=float), cutoff, delay))
        if not (np.issubdtype(train.dtype, np.integer) and np.issubdtype(test.dtype, np.integer)):
            return False
        if (train.tolist(), test.tolist()) != _kms_right(days, cutoff, delay):
            return False
    return True


def kill_matured_split__wrong_decimal_days_thirteenth(implementation):
    """Uses t=0.1, delay=0.2, cutoff=0.3 and demands train [0]; the contract excludes such sums, right ones say []."""
    train, test = implementation(np.array([0.1, 0.4]), 0.3, 0.2)
    return (
        list(train) == [0]
        and list(test) == [1]
        and kill_matured_split__right_battery(implementation)
    )


def kill_matured_split__wrong_ordinary_random_days(implementation):
    """Random real days never lie on a boundary and the delay is never 0: "the eight agree on ordinary days"."""
    rng = np.random.default_rng(0)
    for _ in range(200):
        t = np.sort(rng.uniform(0, 200, 30))
        train, test = implementation(t, 120, 60)
        if (list(train), list(test)) != _kms_right(t.tolist(), 120, 60):
            return False
    return True


def kill_matured_split__wrong_every_row_in_a_part(implementation):
    """Demands that train and test hold every row; the orders in between are in neither part."""
    for days, cutoff, delay in _kms_cases():
        train, test = implementation(np.array(days, dtype=float), cutoff, delay)
        if sorted([*train, *test]) != list(range(len(days))):
            return False
    return True


def kill_matured_split__wrong_expects_test_strict(implementation):
    """The oracle itself has t > cutoff for the test, so right functions are rejected."""
    for days, cutoff, delay in _kms_cases():
        train, test = implementation(np.array(days, dtype=float), cutoff, delay)
        a = [i for i, d in enumerate(days) if d < cutoff and d + delay <= cutoff]
        if (list(train), list(test)) != (a, [i for i, d in enumerate(days) if d > cutoff]):
            return False
    return True


def kill_matured_split__wrong_array_equal_of_pair(implementation):
    """np.array(result) of two parts of different length raises, so right ones are rejected (inhomogeneous shape)."""
    for days, cutoff, delay in _kms_cases():
        got = np.array(implementation(np.array(days, dtype=float), cutoff, delay))
        if not np.array_equal(got, np.array(_kms_right(days, cutoff, delay))):
            return False
    return True


# 9.6 velocity_count


def _vc_ns(time):
    t = pd.to_datetime(time, utc=True).dt.tz_localize(None)
    return t.to_numpy().astype("datetime64[ns]").astype("int64")


def velocity_count__right_searchsorted_thirteenth(df, hours):
    t = _vc_ns(df["time"])
    width = round(hours * 3600 * 10**9)
    codes, _ = pd.factorize(df["entity"])
    out = np.zeros(len(df), dtype=int)
    order = np.lexsort((t, codes))
    bounds = np.flatnonzero(np.diff(codes[order], prepend=-1, append=-1)) if len(df) else []
    for a, b in zip(bounds[:-1], bounds[1:]):
        rows = order[a:b]
        s = t[rows]
        out[rows] = np.searchsorted(s, s, "left") - np.searchsorted(s, s - width, "left")
    return pd.Series(out, index=df.index)


def velocity_count__right_bisect(df, hours):
    width = pd.Timedelta(hours=hours)
    times = defaultdict(list)
    pairs = list(zip(df["entity"].tolist(), df["time"].tolist()))
    for e, t in pairs:
        times[e].append(t)
    for v in times.values():
        v.sort()
    counts = [
        bisect.bisect_left(times[e], t) - bisect.bisect_left(times[e], t - width) for e, t in pairs
    ]
    return pd.Series(np.array(counts, dtype=int), index=df.index)


def velocity_count__right_two_pointers_thirteenth(df, hours):
    t = _vc_ns(df["time"]).tolist()
    width = round(hours * 3600 * 10**9)
    groups = defaultdict(list)
    for i, e in enumerate(df["entity"].tolist()):
        groups[e].append(i)
    out = [0] * len(t)
    for rows in groups.values():
        rows.sort(key=t.__getitem__)
        window, same = deque(), []
        for i in rows:
            if same and t[same[-1]] < t[i]:
                window.extend(same)
                same = []
            while window and t[window[0]] < t[i] - width:
                window.popleft()
            out[i] = len(window)
            same.append(i)
    # orders of `same` are younger than those in the window, so the window stays sorted
    return pd.Series(out, index=df.index, dtype="int64")


def velocity_count__right_merge(df, hours):
    frame = pd.DataFrame(
        {"row": np.arange(len(df)), "e": df["entity"].to_numpy(), "t": _vc_ns(df["time"])}
    )
    pairs = frame.merge(frame, on="e", suffixes=("", "_old"))
    gap = pairs["t"] - pairs["t_old"]
    pairs = pairs[(gap > 0) & (gap <= round(hours * 3600 * 10**9))]
    counts = np.bincount(pairs["row"], minlength=len(df)).astype(int)
    return pd.Series(counts, index=df.index)


def velocity_count__wrong_rolling_counts_ties(df, hours):
    """rolling(closed="left") on sorted rows counts earlier rows of the same time: two orders at 10:00 give 0 and 1."""
    if len(df) == 0:
        return pd.Series([], index=df.index, dtype=int)
    frame = pd.DataFrame(
        {
            "row": np.arange(len(df)),
            "e": df["entity"].to_numpy(),
            "t": pd.to_datetime(_vc_ns(df["time"])),
        }
    )
    frame = frame.sort_values(["e", "t"], kind="stable")
    counts = np.zeros(len(df), dtype=int)
    for _, part in frame.groupby("e", observed=True):
        s = pd.Series(1.0, index=pd.DatetimeIndex(part["t"]))
        c = s.rolling(pd.Timedelta(hours=hours), closed="both").sum() - 1
        counts[part["row"].to_numpy()] = c.to_numpy().astype(int)
    return pd.Series(counts, index=df.index)


def velocity_count__wrong_window_open_left_thirteenth(df, hours):
    """(t - hours, t): an order exactly `hours` ago is not counted; 10:00 and 11:00 with one hour."""
    frame = pd.DataFrame(
        {"row": np.arange(len(df)), "e": df["entity"].to_numpy(), "t": _vc_ns(df["time"])}
    )
    pairs = frame.merge(frame, on="e", suffixes=("", "_old"))
    gap = pairs["t"] - pairs["t_old"]
    pairs = pairs[(gap > 0) & (gap < round(hours * 3600 * 10**9))]
    return pd.Series(np.bincount(pairs["row"], minlength=len(df)).astype(int), index=df.index)


def velocity_count__wrong_wall_clock_thirteenth(df, hours):
    """The zone is dropped with tz_localize(None): in the night of the clock change, Berlin 2017-10-29 02:30 occurs twice."""
    if df["time"].dt.tz is not None:
        df = df.assign(time=df["time"].dt.tz_localize(None))
    return velocity_count__right_searchsorted_thirteenth(df, hours)


def velocity_count__wrong_whole_hours_thirteenth(df, hours):
    """int(hours) with at least 1: a window of 0.5 or 1.5 hours becomes one of 1 hour."""
    return velocity_count__right_searchsorted_thirteenth(df, max(int(hours), 1))


def velocity_count__wrong_whole_seconds_thirteenth(df, hours):
    """Times are cut to seconds: orders at 10:00:00.0 and 10:00:00.5 are taken for the same time, so the second gets 0, not 1."""
    return velocity_count__right_searchsorted_thirteenth(
        df.assign(time=df["time"].dt.floor("s")), hours
    )


def velocity_count__wrong_nanoseconds_assumed_thirteenth(df, hours):
    """astype int64 is read as nanoseconds, whatever the unit of the column; datetime64[s] or [us] makes the window far too long."""
    time = df["time"]
    if time.dt.tz is not None:
        time = time.dt.tz_convert("UTC").dt.tz_localize(None)
    t = time.astype("int64").to_numpy()
    width = round(hours * 3600 * 10**9)
    out = np.zeros(len(df), dtype=int)
    for rows in df.reset_index(drop=True).groupby("entity", observed=True).indices.values():
        s = np.sort(t[rows])
        out[rows] = np.searchsorted(s, t[rows]) - np.searchsorted(s, t[rows] - width)
    return pd.Series(out, index=df.index)


def velocity_count__wrong_index_labels_thirteenth(df, hours):
    """Counts are put back by index label: with repeated labels ([0, 0, 1]) rows overwrite each other."""
    counts = pd.Series(0, index=df.index)
    width = pd.Timedelta(hours=hours)
    for label, e, t in zip(df.index, df["entity"], df["time"]):
        own = df.loc[df["entity"] == e, "time"]
        counts.loc[label] = int(((own >= t - width) & (own < t)).sum())
    return counts


def velocity_count__wrong_rows_sorted(df, hours):
    """The result comes in the order of entity and time, not in the order of the rows; unsorted df shows it by row."""
    s = df.iloc[np.lexsort((_vc_ns(df["time"]), pd.factorize(df["entity"])[0]))]
    return velocity_count__right_searchsorted_thirteenth(s, hours)


def velocity_count__wrong_sorts_in_place(df, hours):
    """df.sort_values(inplace=True) changes the caller's table: any unsorted df."""
    index = df.index
    rows = np.argsort(_vc_ns(df["time"]), kind="stable")
    df.sort_values("time", kind="stable", inplace=True)
    counts = velocity_count__right_searchsorted_thirteenth(df, hours).to_numpy()
    out = np.empty(len(counts), dtype=int)
    out[rows] = counts
    return pd.Series(out, index=index)


def velocity_count__wrong_seconds_attribute(df, hours):
    """.dt.seconds drops the days: an order 24 hours and 30 minutes ago counts as 30 minutes ago."""
    frame = pd.DataFrame(
        {
            "row": np.arange(len(df)),
            "e": df["entity"].to_numpy(),
            "t": pd.to_datetime(_vc_ns(df["time"])),
        }
    )
    pairs = frame.merge(frame, on="e", suffixes=("", "_old"))
    gap = pairs["t"] - pairs["t_old"]
    keep = (gap > pd.Timedelta(0)) & (gap.dt.seconds <= hours * 3600)
    return pd.Series(np.bincount(pairs["row"][keep], minlength=len(df)).astype(int), index=df.index)


def velocity_count__wrong_float_epoch_hours(df, hours):
    """Times as float hours since 1970: t - hours is inexact, so with hours=0.1 or 1/3 an order exactly 6 or 20 minutes ago may be missed."""
    t = _vc_ns(df["time"]) / 3.6e12
    out = np.zeros(len(df), dtype=int)
    for rows in df.reset_index(drop=True).groupby("entity", observed=True).indices.values():
        s = np.sort(t[rows])
        out[rows] = np.searchsorted(s, t[rows]) - np.searchsorted(s, t[rows] - hours)
    return pd.Series(out, index=df.index)


def velocity_count__wrong_equal_times_once_thirteenth(df, hours):
    """Different times are counted, not orders: two earlier orders at 10:00 count once for 11:00."""
    frame = pd.DataFrame({"e": df["entity"].to_numpy(), "t": _vc_ns(df["time"])})
    once = frame.drop_duplicates().reset_index(drop=True)
    once = once.assign(time=pd.to_datetime(once["t"]), entity=once["e"])
    once["n"] = velocity_count__right_searchsorted_thirteenth(once, hours)
    return pd.Series(
        frame.merge(once, on=["e", "t"], how="left")["n"].to_numpy().astype(int), index=df.index
    )


def velocity_count__wrong_empty_raises(df, hours):
    """pd.concat over the groups: a table without rows raises."""
    frame = df.reset_index(drop=True)
    parts = [
        velocity_count__right_searchsorted_thirteenth(g, hours)
        for _, g in frame.groupby("entity", observed=True)
    ]
    return pd.Series(pd.concat(parts).sort_index().to_numpy(), index=df.index)


def velocity_count__wrong_label_sort_of_index(df, hours):
    """Results of the groups are put together with sort_index: right for a RangeIndex, the rows move for index [2, 0, 1]."""
    if len(df) == 0:
        return pd.Series([], index=df.index, dtype=int)
    parts = [
        velocity_count__right_searchsorted_thirteenth(g, hours)
        for _, g in df.groupby("entity", observed=True)
    ]
    return pd.concat(parts).sort_index(kind="stable")


def velocity_count__wrong_merge_multiplies(df, hours):
    """Each order is found again by (entity, time) with merge: two orders of one time multiply, and the repeat is cut by position.

    Shows with equal entity and time: rows after them are shifted."""
    counts = velocity_count__right_searchsorted_thirteenth(df, hours)
    left = pd.DataFrame({"e": df["entity"].to_numpy(), "t": _vc_ns(df["time"])})
    merged = left.merge(left.assign(n=counts.to_numpy()), on=["e", "t"], how="left")
    return pd.Series(merged["n"].to_numpy()[: len(df)], index=df.index)


# 9.7 review_queue


def _rq_rank(scores):
    scores = np.asarray(scores, float)
    rows = np.flatnonzero(~np.isnan(scores))
    return rows[np.argsort(-scores[rows], kind="stable")].tolist()


def review_queue__right_lists(sup, ano, budget, mix):
    for_ano = budget * round(mix * 100) // 100
    a, b = _rq_rank(sup), _rq_rank(ano)
    queue = a[: budget - for_ano]
    queue += [i for i in b if i not in set(queue)][:for_ano]
    for i in a + b if len(a) > budget - for_ano else b:
        if len(queue) >= budget:
            break
        if i not in queue:
            queue.append(i)
    return queue


def review_queue__right_fraction_iterators(sup, ano, budget, mix):
    for_ano = math.floor(Fraction(str(round(float(mix), 2))) * int(budget))
    lists = [
        iter(sorted((i for i, v in enumerate(s) if v == v), key=lambda i, s=s: (-s[i], i)))
        for s in (np.asarray(sup, float).tolist(), np.asarray(ano, float).tolist())
    ]
    queue, taken = [], set()

    def take(source, places):
        while places > 0:
            i = next(source, None)
            if i is None:
                return
            if i not in taken:
                taken.add(i)
                queue.append(i)
                places -= 1

    take(lists[0], budget - for_ano)
    take(lists[1], for_ano)
    take(lists[0], budget - len(queue))
    take(lists[1], budget - len(queue))
    return queue


def review_queue__right_pandas_thirteenth(sup, ano, budget, mix):
    for_ano = int(math.floor(round(budget * mix, 6)))
    a = pd.Series(np.asarray(sup, float)).dropna().sort_values(ascending=False, kind="stable").index
    b = pd.Series(np.asarray(ano, float)).dropna().sort_values(ascending=False, kind="stable").index
    first = a[: budget - for_ano]
    rest_b = b[~b.isin(first)]
    second = rest_b[:for_ano]
    rest_a = a[len(first) :]
    rest_a = rest_a[~rest_a.isin(second)]
    tail = list(rest_a) + [i for i in rest_b[for_ano:] if i not in set(rest_a)]
    return [int(i) for i in (list(first) + list(second) + tail)[:budget]]


def _rq_fill(a, b, budget, for_ano):
    queue = list(a[: budget - for_ano])
    queue += [i for i in b if i not in queue][:for_ano]
    queue += [i for i in a if i not in queue][: budget - len(queue)]
    queue += [i for i in b if i not in queue][: budget - len(queue)]
    return [int(i) for i in queue]


def review_queue__wrong_int_of_float(sup, ano, budget, mix):
    """int(budget * mix): 100 * 0.29 gives 28 places, not 29."""
    return _rq_fill(_rq_rank(sup), _rq_rank(ano), budget, int(budget * mix))


def review_queue__wrong_rounded_to_nearest(sup, ano, budget, mix):
    """round(budget * mix): 3 places at 0.5 (1.5) give 2 to the detector, not 1."""
    return _rq_fill(_rq_rank(sup), _rq_rank(ano), budget, round(budget * mix))


def review_queue__wrong_nudge_too_large(sup, ano, budget, mix):
    """int(budget * mix + 0.01): 33 x 0.03 = 0.99 becomes 1 place, must be 0."""
    return _rq_fill(
        _rq_rank(sup), _rq_rank(ano), budget, min(budget, int(budget * mix + 0.01 + 1e-9))
    )


def review_queue__wrong_places_of_the_model_floored(sup, ano, budget, mix):
    """The model's share is rounded down and the detector gets the rest: 5 places at 0.5 give it 3, not 2."""
    return _rq_fill(
        _rq_rank(sup), _rq_rank(ano), budget, budget - budget * round((1 - mix) * 100) // 100
    )


def review_queue__wrong_ties_reversed_thirteenth(sup, ano, budget, mix):
    """argsort()[::-1] puts the higher number first among equal scores: sup=[1, 1], budget=1."""

    def rank(s):
        s = np.asarray(s, float)
        order = np.argsort(s, kind="stable")[::-1]
        return order[~np.isnan(s[order])].tolist()

    return _rq_fill(rank(sup), rank(ano), budget, budget * round(mix * 100) // 100)


def review_queue__wrong_nan_at_the_end_thirteenth(sup, ano, budget, mix):
    """NaN sorts last and stays in the list, so a row without any score fills the queue: sup=ano=[1, nan], budget=2."""
    a = np.argsort(-np.asarray(sup, float), kind="stable").tolist()
    b = np.argsort(-np.asarray(ano, float), kind="stable").tolist()
    return _rq_fill(a, b, budget, budget * round(mix * 100) // 100)


def review_queue__wrong_nan_is_zero(sup, ano, budget, mix):
    """nan_to_num: a row without a score comes before negative scores: ano=[nan, -1]."""
    return _rq_fill(
        _rq_rank(np.nan_to_num(sup)),
        _rq_rank(np.nan_to_num(ano)),
        budget,
        budget * round(mix * 100) // 100,
    )


def review_queue__wrong_infinite_is_missing(sup, ano, budget, mix):
    """np.isfinite in place of ~isnan: a score of inf (log odds of p = 1) is dropped, and it is the highest score."""
    a = np.where(np.isfinite(sup), sup, np.nan)
    b = np.where(np.isfinite(ano), ano, np.nan)
    return _rq_fill(_rq_rank(a), _rq_rank(b), budget, budget * round(mix * 100) // 100)


def review_queue__wrong_places_of_the_scored(sup, ano, budget, mix):
    """The detector's places are a share of the queue that can be filled, not of the budget: 10 places, 4 scored orders, mix 0.5."""
    n = int((~(np.isnan(np.asarray(sup, float)) & np.isnan(np.asarray(ano, float)))).sum())
    budget = min(budget, n)
    return _rq_fill(_rq_rank(sup), _rq_rank(ano), budget, budget * round(mix * 100) // 100)


def review_queue__wrong_both_scores_needed_thirteenth(sup, ano, budget, mix):
    """Rows with a NaN in either list are dropped; a new kind of order has no sup score but the largest ano."""
    ok = ~(np.isnan(np.asarray(sup, float)) | np.isnan(np.asarray(ano, float)))
    a = [i for i in _rq_rank(sup) if ok[i]]
    b = [i for i in _rq_rank(ano) if ok[i]]
    return _rq_fill(a, b, budget, budget * round(mix * 100) // 100)


def review_queue__wrong_shared_order_loses_place(sup, ano, budget, mix):
    """The detector's top places are cut first, then orders already taken are removed, and the gap is filled by the model."""
    for_ano = budget * round(mix * 100) // 100
    a, b = _rq_rank(sup), _rq_rank(ano)
    queue = a[: budget - for_ano]
    queue += [i for i in b[:for_ano] if i not in queue]
    queue += [i for i in a if i not in queue][: budget - len(queue)]
    queue += [i for i in b if i not in queue][: budget - len(queue)]
    return queue


def review_queue__wrong_only_model_fills_thirteenth(sup, ano, budget, mix):
    """Places that the model cannot fill stay empty: sup=[1, nan, nan], ano=[1, 2, 3], budget=3, mix=0.33."""
    for_ano = budget * round(mix * 100) // 100
    a, b = _rq_rank(sup), _rq_rank(ano)
    queue = a[: budget - for_ano]
    queue += [i for i in b if i not in queue][:for_ano]
    queue += [i for i in a if i not in queue][: budget - len(queue)]
    return queue


def review_queue__wrong_only_detector_fills(sup, ano, budget, mix):
    """Places that the detector cannot fill stay empty: ano=[nan, nan], sup=[2, 1], budget=2, mix=0.5."""
    for_ano = budget * round(mix * 100) // 100
    a, b = _rq_rank(sup), _rq_rank(ano)
    queue = a[: budget - for_ano]
    return (
        queue
        + [i for i in b if i not in queue][
            : budget - len(queue[: budget - for_ano]) if len(queue) < budget - for_ano else for_ano
        ]
    )


def review_queue__wrong_fill_before_detector(sup, ano, budget, mix):
    """A short detector gives its places to the model at once, so the model's extra orders come before the detector's.

    sup=[3,2,1,nan], ano=[nan,nan,nan,1], budget=4, mix=0.5: gives [0,1,2,3], must be [0,1,3,2]."""
    for_ano = budget * round(mix * 100) // 100
    a, b = _rq_rank(sup), _rq_rank(ano)
    rest = [i for i in b if i not in a[: budget - for_ano]]
    for_ano = min(for_ano, len(rest))
    return _rq_fill(a, b, budget, for_ano)


def review_queue__wrong_detector_first(sup, ano, budget, mix):
    """The detector chooses first, so a shared order goes to it; both lists want order 0."""
    for_ano = budget * round(mix * 100) // 100
    a, b = _rq_rank(sup), _rq_rank(ano)
    own = b[:for_ano]
    first = [i for i in a if i not in own][: budget - for_ano]
    queue = first + own
    queue += [i for i in a if i not in queue][: budget - len(queue)]
    queue += [i for i in b if i not in queue][: budget - len(queue)]
    return queue


def review_queue__wrong_mix_zero_means_no_detector(sup, ano, budget, mix):
    """With mix = 0 the detector is not asked at all, also where the model has too few scores: sup=[nan], ano=[1], budget=1."""
    if round(mix * 100) == 0:
        return _rq_rank(sup)[:budget]
    return _rq_fill(_rq_rank(sup), _rq_rank(ano), budget, budget * round(mix * 100) // 100)


def review_queue__wrong_budget_zero_slice(sup, ano, budget, mix):
    """queue[-budget:] of the sorted list: a budget of 0 (or a share of 0 places) takes the whole list."""
    sup, ano = np.asarray(sup, float), np.asarray(ano, float)
    for_ano = budget * round(mix * 100) // 100
    a, b = _rq_rank(sup)[::-1], _rq_rank(ano)
    queue = a[-(budget - for_ano) :][::-1]
    queue += [i for i in b if i not in queue][:for_ano]
    queue += [i for i in a[::-1] if i not in queue][: max(budget - len(queue), 0)]
    queue += [i for i in b if i not in queue][: max(budget - len(queue), 0)]
    return queue


def review_queue__wrong_places_after_short_model(sup, ano, budget, mix):
    """The queue is cut to as many orders as have a sup score: ano-only orders find no place when sup is short."""
    queue = _rq_fill(_rq_rank(sup), _rq_rank(ano), budget, budget * round(mix * 100) // 100)
    return queue[: len(_rq_rank(sup))]


# 9.8 prior_correct


def prior_correct__right_counts_thirteenth(p, kept):
    p = np.asarray(p, float)
    return p / (p + (1 - p) / kept)


def prior_correct__right_no_division_by_kept(p, kept):
    p = np.asarray(p, float)
    return kept * p / (1 - (1 - kept) * p)


def prior_correct__right_fraction_loop(p, kept):
    k = Fraction(float(kept))
    out = []
    for x in np.asarray(p, float).tolist():
        x = Fraction(x)
        out.append(float(x * k / (x * k + 1 - x)))
    return np.array(out, dtype=float)


def prior_correct__right_odds_with_corner(p, kept):
    p = np.asarray(p, float)
    out = np.ones(len(p))
    inner = p < 1
    odds = p[inner] / (1 - p[inner]) * kept
    out[inner] = odds / (1 + odds)
    return out


def prior_correct__wrong_odds_nan_at_one_thirteenth(p, kept):
    """Odds inf / (1 + inf): p = 1 gives NaN, must be 1."""
    p = np.asarray(p, float)
    with np.errstate(all="ignore"):
        odds = p / (1 - p) * kept
        return odds / (1 + odds)


def prior_correct__wrong_times_kept_thirteenth(p, kept):
    """p * kept except at 1: 0.5 gives 0.025."""
    p = np.asarray(p, float)
    return np.where(p == 1, 1.0, p * kept)


def prior_correct__wrong_eps_clip(p, kept):
    """p is clipped to 1e-6 from both ends for the logit: p = 1 with kept = 1e-5 gives 0.909, must be 1."""
    p = np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6)
    logit = np.log(p) - np.log(1 - p) + np.log(kept)
    return 1 / (1 + np.exp(-logit))


def prior_correct__wrong_rounded_thirteenth(p, kept):
    """Rounded to four decimals, as in the example: p = 0.001, kept = 0.01 gives 0."""
    p = np.asarray(p, float)
    return np.round(p / (p + (1 - p) / kept), 4)


def prior_correct__wrong_honest_share_forgotten(p, kept):
    """p / (p + 1/kept * 1): the honest ones are not multiplied by 1 - p: 0.9 with 0.05."""
    p = np.asarray(p, float)
    return np.where(p == 1, 1.0, p / (p + 1 / kept))


def prior_correct__wrong_inverse(p, kept):
    """Corrects in the other direction (frauds were sampled): probabilities rise."""
    p = np.asarray(p, float)
    return p / (p + (1 - p) * kept)


def prior_correct__wrong_scaled_by_mean_rate(p, kept):
    """Scales p by the ratio of the mean rates of the orders given; right for one order or equal ones, wrong for p=[0.1, 0.9]."""
    p = np.asarray(p, float)
    rate = p.mean() if len(p) else 0.0
    return np.clip(p * kept / (rate * kept + 1 - rate), 0, 1)


def prior_correct__wrong_extremes_by_rounding(p, kept):
    """1 is kept where p rounds to 1 (p > 0.999), so p = 0.9995 with kept = 0.001 gives 1, must be 0.667."""
    p = np.asarray(p, float)
    return np.where(p > 0.999, 1.0, p / (p + (1 - p) / kept))


def prior_correct__wrong_whole_orders(p, kept):
    """Counts among 100 sampled orders are rounded to whole orders: p = 0.004 becomes 0."""
    frauds = np.round(100 * np.asarray(p, float))
    return frauds / (frauds + (100 - frauds) / kept)


def prior_correct__wrong_integer_factor(p, kept):
    """One kept order stands for int(1/kept) orders: kept = 0.4 becomes 2, not 2.5 (and 0.7 becomes 1)."""
    p = np.asarray(p, float)
    return p / (p + (1 - p) * int(round(1 / kept, 9)))


def prior_correct__wrong_large_share_ignored(p, kept):
    """Takes kept above 0.5 for "not sampled" and returns p: kept = 0.8, p = 0.5 must be 0.444."""
    p = np.asarray(p, float)
    return p.copy() if kept > 0.5 else p / (p + (1 - p) / kept)


def prior_correct__wrong_kept_of_total(p, kept):
    """Reads kept as the share of honest in the sample: the factor is kept / (1 - kept); kept = 1 divides by 0."""
    p = np.asarray(p, float)
    w = kept / (1 - kept) if kept < 1 else 1.0
    return p * w / (p * w + 1 - p)


# 9.9 weighted_rate


def weighted_rate__right_mask(y, prob):
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    w = 1 / prob[seen]
    return float((w * y[seen]).sum() / w.sum())


def weighted_rate__right_fraction_loop(y, prob):
    top = bottom = Fraction(0)
    for label, chance in zip(np.asarray(y, float).tolist(), np.asarray(prob, float).tolist()):
        if label == label:
            bottom += 1 / Fraction(chance)
            top += Fraction(label) / Fraction(chance)
    return float(top / bottom) if bottom else math.nan


def weighted_rate__right_pandas_average(y, prob):
    frame = pd.DataFrame({"y": np.asarray(y, float), "w": 1 / np.asarray(prob, float)}).dropna()
    return float(np.average(frame["y"], weights=frame["w"])) if len(frame) else float("nan")


def weighted_rate__wrong_denominator_all_rows(y, prob):
    """Horvitz-Thompson over the rows of the table: with the example 4/5; can exceed 1 (y=[1], prob=[0.25] gives 4)."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    if np.isnan(y).all():
        return float("nan")
    return float(np.nansum(y / prob) / len(y))


def weighted_rate__wrong_blocked_in_denominator_thirteenth(y, prob):
    """The weights of blocked orders count too: nansum(y/prob) / sum(1/prob)."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    if np.isnan(y).all():
        return float("nan")
    return float(np.nansum(y / prob) / np.sum(1 / prob))


def weighted_rate__wrong_no_fraud_is_nan_thirteenth(y, prob):
    """NaN where no labelled order is a fraud (`if not top`), must be 0: y=[0, 0, nan]."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    top = np.nansum(y / prob)
    if not top:
        return float("nan")
    return float(top / np.sum(1 / prob[~np.isnan(y)]))


def weighted_rate__wrong_no_label_is_zero_thirteenth(y, prob):
    """0 where no order has a label: y=[nan], or no rows."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    bottom = np.sum(1 / prob[~np.isnan(y)])
    return float(np.nansum(y / prob) / bottom) if bottom else 0.0


def weighted_rate__wrong_weights_capped_thirteenth(y, prob):
    """Weights are capped at 20: an order that passed with a chance of 0.01 stands for 100, not 20."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    return weighted_rate__right_mask(y, np.maximum(prob, 0.05))


def weighted_rate__wrong_whole_weights_thirteenth(y, prob):
    """Weights are whole numbers of orders: a chance of 0.4 counts 2 (2.5), 0.7 counts 1."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    w = np.round(1 / prob[seen])
    return float((w * y[seen]).sum() / w.sum())


def weighted_rate__wrong_weight_only_frauds(y, prob):
    """Only frauds are weighted, honest passed ones count 1: y=[1, 0], prob=[0.5, 0.5] gives 2/3, must be 1/2."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    y, prob = y[seen], prob[seen]
    w = np.where(y == 1, 1 / prob, 1.0)
    return float((w * y).sum() / w.sum())


def weighted_rate__wrong_normalised_by_strata_counts(y, prob):
    """Labelled rate of each chance, weighted by the real number of orders with that chance (blocked ones too).

    y=[0,0,0,1,nan], prob=[1,1,1,.25,.25]: 2/5; right only if exactly the planned share passed."""
    frame = pd.DataFrame({"y": np.asarray(y, float), "c": np.asarray(prob, float)})
    if frame["y"].isna().all():
        return float("nan")
    g = frame.groupby("c")["y"].agg(["mean", "size"]).dropna()
    return float((g["mean"] * g["size"]).sum() / g["size"].sum())


def weighted_rate__wrong_times_chance(y, prob):
    """Weights are the chance itself, not one over it."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    return float(np.average(y[seen], weights=prob[seen])) if seen.any() else float("nan")


def weighted_rate__wrong_blocked_are_honest_thirteenth(y, prob):
    """nan_to_num: blocked orders count as honest, with their weights or without."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    if np.isnan(y).all():
        return float("nan")
    return float(np.average(np.nan_to_num(y), weights=np.where(np.isnan(y), 1, 1 / prob)))


def weighted_rate__wrong_sure_passes_left_out(y, prob):
    """Only the random experiment is read (chance below 1); orders that always pass belong to all orders too.

    With only sure passes the plain mean is taken."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    tried = seen & (prob < 1)
    return (
        weighted_rate__right_mask(y[tried], prob[tried]) if tried.any() else float(y[seen].mean())
    )


def weighted_rate__wrong_mean_chance(y, prob):
    """Labelled rate of suspicious ones corrected with the mean chance: right if all random passes have one chance.

    y=[1,0,0], prob=[0.1,0.5,1] shows it: two chances below 1."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    y, prob = y[seen], prob[seen]
    low = prob < 1
    if low.any():
        prob = np.where(low, prob[low].mean(), 1.0)
    return float(np.average(y, weights=1 / prob))


# 9.10 ring_of


def _ro_series(ring):
    accounts = sorted(ring)
    return pd.Series(
        [ring[a] for a in accounts], index=pd.Index(accounts, dtype="int64"), dtype="int64"
    )


def _ro_things(links, most, key=lambda k, v: (k, v)):
    users = defaultdict(set)
    for a, k, v in zip(links["account"].tolist(), links["kind"].tolist(), links["value"].tolist()):
        if not pd.isna(v):
            users[key(k, v)].add(a)
    return [u for u in users.values() if len(u) <= most]


def ring_of__right_union_find_thirteenth(links, most):
    parent = {a: a for a in links["account"].tolist()}

    def root(a):
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    for users in _ro_things(links, most):
        first, *rest = users
        for b in rest:
            ra, rb = root(first), root(b)
            parent[max(ra, rb)] = min(ra, rb)
    return _ro_series({a: root(a) for a in parent})


def ring_of__right_csgraph(links, most):
    accounts = np.unique(links["account"].to_numpy(dtype="int64"))
    if len(accounts) == 0:
        return pd.Series([], index=pd.Index([], dtype="int64"), dtype="int64")
    use = links.loc[links["value"].notna(), ["account", "kind", "value"]].drop_duplicates()
    size = use.groupby(["kind", "value"])["account"].transform("size")
    use = use[size <= most]
    n = len(accounts)
    thing = use.groupby(["kind", "value"]).ngroup().to_numpy()
    row = np.searchsorted(accounts, use["account"].to_numpy(dtype="int64"))
    m = n + (thing.max() + 1 if len(thing) else 0)
    graph = sparse.coo_matrix((np.ones(len(row)), (row, n + thing)), shape=(m, m))
    label = csgraph.connected_components(graph, directed=False)[1][:n]
    ring = pd.Series(accounts, index=accounts)
    return ring.groupby(label).transform("min")


def ring_of__right_breadth_first_thirteenth(links, most):
    of = defaultdict(list)
    for users in _ro_things(links, most):
        for a in users:
            of[a].append(users)
    ring = {}
    for start in sorted(set(links["account"].tolist())):
        if start in ring:
            continue
        ring[start] = start
        queue = deque([start])
        while queue:
            for users in of[queue.popleft()]:
                for b in users:
                    if b not in ring:
                        ring[b] = start
                        queue.append(b)
    return _ro_series(ring)


def ring_of__right_min_label_until_stable(links, most):
    ring = {a: a for a in links["account"].tolist()}
    things = _ro_things(links, most)
    changed = True
    while changed:
        changed = False
        for users in things:
            least = min(ring[a] for a in users)
            for a in users:
                if ring[a] != least:
                    ring[a] = least
                    changed = True
    return _ro_series(ring)


def _ro_union(accounts, things):
    parent = {a: a for a in accounts}

    def root(a):
        while parent[a] != a:
            a = parent[a]
        return a

    for users in things:
        users = list(users)
        for b in users[1:]:
            ra, rb = root(users[0]), root(b)
            parent[max(ra, rb)] = min(ra, rb)
    return _ro_series({a: root(a) for a in parent})


def ring_of__wrong_rows_counted_for_hub(links, most):
    """A repeated row counts again for the hub: accounts 1, 2 with device x twice each, most=3, are not linked."""
    use = links[links["value"].notna()]
    size = use.groupby(["kind", "value"])["account"].transform("size")
    use = use[size <= most]
    return _ro_union(
        links["account"].tolist(), [set(g) for _, g in use.groupby(["kind", "value"])["account"]]
    )


def ring_of__wrong_hub_at_most_thirteenth(links, most):
    """A thing with exactly `most` accounts is taken for a hub; must be more than `most`."""
    return _ro_union(links["account"].tolist(), _ro_things(links, most - 1))


def ring_of__wrong_kind_ignored_thirteenth(links, most):
    """Device "7" and address "7" are one thing."""
    return _ro_union(links["account"].tolist(), _ro_things(links, most, lambda k, v: v))


def ring_of__wrong_hub_by_value_alone_thirteenth(links, most):
    """Links look at kind and value, but the hub is counted per value: device "7" of 2 and address "7" of 2 others with most=3."""
    per_value = defaultdict(set)
    use = links[links["value"].notna()]
    for a, v in zip(use["account"], use["value"]):
        per_value[v].add(a)
    use = use[[len(per_value[v]) <= most for v in use["value"]]]
    return _ro_union(links["account"].tolist(), _ro_things(use, most))


def ring_of__wrong_key_glued(links, most):
    """The key is kind + value without a separator: ("a", "bc") and ("ab", "c") are one thing."""
    return _ro_union(links["account"].tolist(), _ro_things(links, most, lambda k, v: f"{k}{v}"))


def ring_of__wrong_missing_links_thirteenth(links, most):
    """Missing values are a value of their own (groupby dropna=False), so two accounts without a device are linked."""
    things = [set(g) for _, g in links.groupby(["kind", "value"], dropna=False)["account"]]
    return _ro_union(links["account"].tolist(), [u for u in things if len(u) <= most])


def ring_of__wrong_missing_only_none(links, most):
    """`v is None` sees None only; rows with NaN as value link their accounts under "nan"."""
    users = defaultdict(set)
    for a, k, v in zip(links["account"].tolist(), links["kind"].tolist(), links["value"].tolist()):
        if v is not None:
            users[k, str(v)].add(a)
    return _ro_union(links["account"].tolist(), [u for u in users.values() if len(u) <= most])


def ring_of__wrong_text_nan_is_missing_thirteenth(links, most):
    """Values are turned into str and "nan" or "None" dropped: an address that is the text "None" links nobody."""
    text = links["value"].astype(object).map(str)
    use = links[~text.isin(["nan", "None", "<NA>"])]
    return _ro_union(links["account"].tolist(), _ro_things(use, most))


def ring_of__wrong_accounts_without_value_lost(links, most):
    """dropna first: an account whose only value is missing has no row in the result."""
    use = links.dropna(subset=["value"])
    return _ro_union(use["account"].tolist(), _ro_things(use, most))


def ring_of__wrong_hub_users_lost_thirteenth(links, most):
    """An account that only used a hub is not in the result, must be a ring of its own."""
    things = _ro_things(links, most)
    return _ro_union([a for u in things for a in u], things)


def ring_of__wrong_hub_users_cut_out(links, most):
    """Accounts that used a hub lose all their links, also those by a phone that two of them share."""
    use = links[links["value"].notna()]
    n = use.groupby(["kind", "value"])["account"].transform("nunique")
    hubbed = set(use.loc[n > most, "account"])
    things = [u - hubbed for u in _ro_things(links, most)]
    return _ro_union(links["account"].tolist(), [u for u in things if u])


def ring_of__wrong_one_step(links, most):
    """Each account gets the smallest account it shares a thing with; a chain 1-2-3-4 is not followed to its end."""
    ring = {a: a for a in links["account"].tolist()}
    old = dict(ring)
    for users in _ro_things(links, most):
        for a in users:
            ring[a] = min(ring[a], min(old[b] for b in users))
    return _ro_series(ring)


def ring_of__wrong_two_passes_thirteenth(links, most):
    """Smallest labels are passed on in three rounds only; a chain whose small end comes last in the table needs more."""
    ring = {a: a for a in links["account"].tolist()}
    things = _ro_things(links, most)
    for _ in range(3):
        for users in things:
            least = min(ring[a] for a in users)
            for a in users:
                ring[a] = least
    return _ro_series(ring)


def ring_of__wrong_name_is_first_seen(links, most):
    """The ring is named after its first account in the table, not the smallest: rows of account 5 before account 2."""
    ring, of = {}, defaultdict(list)
    for users in _ro_things(links, most):
        for a in users:
            of[a].append(users)
    for start in links["account"].tolist():
        if start in ring:
            continue
        ring[start], stack = start, [start]
        while stack:
            for users in of[stack.pop()]:
                for b in users:
                    if b not in ring:
                        ring[b] = start
                        stack.append(b)
    return _ro_series(ring)


def ring_of__wrong_order_of_appearance_thirteenth(links, most):
    """The index is in order of the rows, not ascending."""
    right = ring_of__right_union_find_thirteenth(links, most)
    return right.reindex(pd.unique(links["account"]))


def ring_of__wrong_account_zero(links, most):
    """`parent.get(a) or a`: account 0 is falsy, so accounts in the ring of 0 are called by another number."""
    ring = ring_of__right_union_find_thirteenth(links, most).to_dict()
    return _ro_series({a: ring[a] or a for a in ring})


def ring_of__wrong_large_ring_dissolved(links, most):
    """A ring of more than `most` accounts is taken for a hub too and dissolved; only things are hubs. A chain of 4 with most=3."""
    ring = ring_of__right_union_find_thirteenth(links, most)
    size = ring.groupby(ring).transform("size")
    return ring.where(size <= most, pd.Series(ring.index, index=ring.index)).astype("int64")


def ring_of__wrong_hub_counts_rings(links, most):
    """A thing is a hub if it joins more than `most` *rings* found so far, not accounts: the locker of the example joins 2 and links 7."""
    things = sorted(_ro_things(links, 10**9), key=len)
    parent = {a: a for a in links["account"].tolist()}

    def root(a):
        while parent[a] != a:
            a = parent[a]
        return a

    for users in things:
        roots = {root(a) for a in users}
        if len(roots) <= most:
            for r in roots:
                parent[r] = min(roots)
    return _ro_series({a: root(a) for a in parent})


def ring_of__wrong_values_in_lower_case(links, most):
    """Values are put in lower case: "Ab" and "aB" are different values."""
    return _ro_union(
        links["account"].tolist(), _ro_things(links, most, lambda k, v: (k, v.lower()))
    )


def ring_of__wrong_most_one_links(links, most):
    """max(most, 2), since "one account links nobody": with most = 1 two accounts on a phone are linked, but 2 > 1 is a hub."""
    return _ro_union(links["account"].tolist(), _ro_things(links, max(most, 2)))


def ring_of__wrong_columns_added(links, most):
    """Writes a helper column into the caller's table."""
    links["thing"] = list(zip(links["kind"], links["value"]))
    return ring_of__right_union_find_thirteenth(links, most)


def ring_of__wrong_empty_raises_thirteenth(links, most):
    """Nothing to concatenate for a table without rows: raises in place of an empty Series."""
    parts = [
        pd.DataFrame({"account": sorted(u)}).assign(ring=min(u))
        for u in ([a] for a in links["account"])
    ]
    pd.concat(parts)
    return ring_of__right_union_find_thirteenth(links, most)


def ring_of__wrong_kinds_apart(links, most):
    """Rings are made for each kind and the smaller number is taken: 1-2 by device, 2-5 by address, 5-0 by device breaks the chain."""
    best = {a: a for a in links["account"].tolist()}
    for _, part in links.groupby("kind"):
        for a, r in ring_of__right_union_find_thirteenth(part, most).items():
            best[a] = min(best[a], r)
    for a in best:  # one more step, so that the example comes out
        best[a] = min(best[a], best[best[a]])
    return _ro_series(best)


# 9.11 risk_scores


def _rs_logs(frame):
    x = frame.astype(float).copy()
    for c in (
        "amount",
        "n_products",
        "units_per_product",
        "orders_2h",
        "orders_72h",
        "hours_since_last",
    ):
        if c in x:
            x[c] = np.log1p(x[c].clip(lower=0))
    return x.to_numpy()


def _rs_forest(x, y, test, leaf=3, trees=200):
    m = RandomForestClassifier(n_estimators=trees, min_samples_leaf=leaf, random_state=0, n_jobs=1)
    return m.fit(x, y).predict_proba(test)[:, 1]


def _rs_boost(x, y, test):
    leaf = min(40, max(2, len(y) // 10))
    m = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=leaf, random_state=0
    )
    return m.fit(x, y).predict_proba(test)[:, 1]


def risk_scores__right_forest_and_boosting_thirteenth(train, y, test):
    x, z = _rs_logs(train), _rs_logs(test)
    return (_rs_forest(x, y, z) + _rs_boost(x, y, z)) / 2


def risk_scores__right_forest_thirteenth(train, y, test):
    return _rs_forest(
        train.to_numpy(float), np.asarray(y), test[train.columns].to_numpy(float), 2, 300
    )


def risk_scores__right_extra_trees_and_boosting(train, y, test):
    x, z = _rs_logs(train), _rs_logs(test)
    e = ExtraTreesClassifier(n_estimators=200, min_samples_leaf=2, random_state=0).fit(x, y)
    return (e.predict_proba(z)[:, 1] + _rs_forest(x, y, z) + _rs_boost(x, y, z)) / 3


def risk_scores__wrong_honest_column_thirteenth(train, y, test):
    """Column 0 of predict_proba: the probability that the order is honest."""
    return 1 - risk_scores__right_forest_and_boosting_thirteenth(train, y, test)


def risk_scores__wrong_hard_labels_thirteenth(train, y, test):
    """predict in place of predict_proba: 0 or 1, no order within the flagged."""
    return (risk_scores__right_forest_and_boosting_thirteenth(train, y, test) >= 0.5).astype(float)


def risk_scores__wrong_times_amount(train, y, test):
    """Returns p * amount, which is above 1 for large orders; the rule multiplies once more."""
    return (
        risk_scores__right_forest_and_boosting_thirteenth(train, y, test)
        * test["amount"].to_numpy()
    )


def risk_scores__wrong_sorted(train, y, test):
    """The probabilities come sorted, not a number for each row of test."""
    return np.sort(risk_scores__right_forest_and_boosting_thirteenth(train, y, test))[::-1]


def risk_scores__wrong_two_columns_thirteenth(train, y, test):
    """predict_proba as it is: shape (n_test, 2)."""
    p = risk_scores__right_forest_and_boosting_thirteenth(train, y, test)
    return np.column_stack([1 - p, p])


def risk_scores__wrong_log_odds_thirteenth(train, y, test):
    """decision_function: negative numbers and numbers above 1."""
    p = np.clip(risk_scores__right_forest_and_boosting_thirteenth(train, y, test), 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def risk_scores__wrong_anomaly_only(train, y, test):
    """An isolation forest without labels, scaled to 0..1: finds the new attack, hardly any card testing."""
    iso = IsolationForest(n_estimators=100, random_state=0).fit(_rs_logs(train))
    s = -iso.score_samples(_rs_logs(test))
    return (s - s.min()) / (np.ptp(s) or 1.0)


def risk_scores__wrong_amount_only(train, y, test):
    """The baseline: rank by amount earns nothing."""
    a = test["amount"].to_numpy(float)
    return a / a.max()


def risk_scores__wrong_balanced_logistic(train, y, test):
    """Class weights "balanced" without a correction: p is far too high for honest large orders, and the model is linear."""
    m = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000, class_weight="balanced"))
    return m.fit(train, y).predict_proba(test)[:, 1]


def risk_scores__wrong_nan_for_unlike(train, y, test):
    """Rows outside the range of the training data are "not scored": NaN in place of a number for each row."""
    p = risk_scores__right_forest_and_boosting_thirteenth(train, y, test)
    out = ((test > train.max()) | (test < train.min())).any(axis=1).to_numpy()
    return np.where(out, np.nan, p)


def risk_scores__wrong_ranks(train, y, test):
    """Ranks in 0..1 in place of probabilities: average precision is good, but p * amount is almost the amount."""
    p = risk_scores__right_forest_and_boosting_thirteenth(train, y, test)
    return pd.Series(p).rank(pct=True).to_numpy()


TRUE |= {
    "average_precision__wrong_ties_in_table_order": ("ties_by_position",),
    "average_precision__wrong_ties_honest_first": ("equals_sorted_by_label",),
    "average_precision__wrong_no_fraud_is_zero_thirteenth": ("zero_without_fraud",),
    "average_precision__wrong_trapezoid_thirteenth": ("joined_by_lines",),
    "average_precision__wrong_precision_envelope": ("best_precision_to_come",),
    "average_precision__wrong_close_scores_equal": ("close_scores_taken_for_equal",),
    "cheapest_action__wrong_no_tolerance_thirteenth": ("floats_compared_exactly",),
    "cheapest_action__wrong_open_interval": ("ends_are_no_probabilities",),
    "cheapest_action__wrong_relative_tolerance_thirteenth": ("near_is_equal",),
    "cheapest_action__wrong_cents": ("near_is_equal",),
    "cheapest_action__wrong_only_nan_is_invalid": ("any_number_is_a_probability",),
    "cheapest_action__wrong_clipped_thirteenth": ("any_number_is_a_probability",),
    "cheapest_action__wrong_pass_costs_the_price": ("whole_amount_lost",),
    "cheapest_action__wrong_friction_for_all": ("friction_for_all",),
    "cheapest_action__wrong_fee_for_all": ("fee_for_all",),
    "matured_time_split__wrong_overlap_at_zero_delay": ("both_at_no_delay",),
    "matured_time_split__wrong_strictly_final": ("one_day_too_late",),
    "matured_time_split__wrong_horizon_clipped": ("never_below_zero",),
    "matured_time_split__wrong_int_delay_thirteenth": ("whole_days_only",),
    "matured_time_split__wrong_rows_by_time_thirteenth": ("rows_in_order_of_time",),
    "matured_time_split__wrong_sorted_assumed_thirteenth": ("taken_as_sorted",),
    "matured_time_split__wrong_numbers_after_sorting": ("places_after_sorting",),
    "matured_time_split__wrong_test_after_cutoff": ("first_day_untested",),
    "matured_time_split__wrong_equal_days_once": ("first_of_equal_days",),
    "kill_matured_split__wrong_docstring_only": ("accepts_any_split",),
    "kill_matured_split__wrong_decimal_days_thirteenth": ("rejects_any_split",),
    "kill_matured_split__wrong_ordinary_random_days": ("sorted_orders_only",),
    "kill_matured_split__wrong_every_row_in_a_part": ("rejects_any_split",),
    "velocity_count__wrong_rolling_counts_ties": ("same_moment_counted",),
    "velocity_count__wrong_window_open_left_thirteenth": ("open_at_the_far_end",),
    "velocity_count__wrong_wall_clock_thirteenth": ("clock_on_the_wall",),
    "velocity_count__wrong_nanoseconds_assumed_thirteenth": ("window_without_end",),
    "velocity_count__wrong_seconds_attribute": ("days_forgotten",),
    "review_queue__wrong_int_of_float": ("place_lost_to_a_float",),
    "review_queue__wrong_rounded_to_nearest": ("share_rounded_to_the_nearest",),
    "review_queue__wrong_places_of_the_model_floored": ("share_rounded_up",),
    "review_queue__wrong_ties_reversed_thirteenth": ("higher_number_first",),
    "review_queue__wrong_nan_at_the_end_thirteenth": ("unscored_last",),
    "review_queue__wrong_nan_is_zero": ("unscored_is_zero",),
    "review_queue__wrong_only_model_fills_thirteenth": ("filled_up_by_the_model_alone",),
    "review_queue__wrong_only_detector_fills": ("filled_up_by_the_detector_alone",),
    "prior_correct__wrong_odds_nan_at_one_thirteenth": ("nan_where_certain",),
    "prior_correct__wrong_eps_clip": ("clipped_first",),
    "prior_correct__wrong_rounded_thirteenth": ("rounded_as_shown",),
    "prior_correct__wrong_inverse": ("corrected_the_wrong_way",),
    "weighted_rate__wrong_denominator_all_rows": ("divided_by_all",),
    "weighted_rate__wrong_blocked_in_denominator_thirteenth": ("weights_of_the_unlabelled",),
    "weighted_rate__wrong_no_label_is_zero_thirteenth": ("zero_without_labels",),
    "weighted_rate__wrong_weight_only_frauds": ("frauds_alone_weighted",),
    "weighted_rate__wrong_times_chance": ("times_the_chance",),
    "weighted_rate__wrong_blocked_are_honest_thirteenth": ("blocked_counted_once_more",),
    "weighted_rate__wrong_sure_passes_left_out": ("random_passes_alone",),
    "ring_of__wrong_rows_counted_for_hub": ("uses_counted",),
    "ring_of__wrong_hub_at_most_thirteenth": ("hub_from_the_limit_on",),
    "ring_of__wrong_kind_ignored_thirteenth": ("kinds_mixed_up",),
    "ring_of__wrong_key_glued": ("kind_and_value_glued",),
    "ring_of__wrong_missing_links_thirteenth": ("missing_is_a_value",),
    "ring_of__wrong_hub_users_cut_out": ("users_of_hubs_taken_out",),
    "ring_of__wrong_one_step": ("one_step_only",),
    "ring_of__wrong_name_is_first_seen": ("named_after_the_first",),
    "ring_of__wrong_order_of_appearance_thirteenth": ("order_of_appearance",),
    "risk_scores__wrong_amount_only": ("by_amount",),
    "risk_scores__wrong_balanced_logistic": ("balanced_weights",),
}


# ---- Fifteenth bank


# ---------------------------------------------------------------- break_review_list


def break_review_list__right_single_orders(defect):
    cases = {
        "half_is_the_threshold": ([0.25], [1000.0], 10.0, 1),
        "probability_rounded": ([0.25], [1000.0], 10.0, 1),
        "amount_forgotten": ([0.9, 0.2], [20.0, 1000.0], 5.0, 1),
        "largest_amount_first": ([0.9, 0.2], [400.0, 1000.0], 5.0, 1),
        "cost_forgotten": ([0.25], [4.0], 10.0, 1),
        "wrong_column": ([0.0], [100.0], 10.0, 1),
    }
    return cases[defect]


def break_review_list__right_many_orders(defect):
    p = [0.75, 0.125, 0.5, 0.25, 0.0625, 0.875, 0.25, 0.5]
    amount = [10.0, 960.0, 8.0, 300.0, 800.0, 40.0, 500.0, 3.0]
    return p, amount, 5.0, 8


def _list_right(p, amount, cost, n, key=None, worth=None):
    rows = [i for i in range(len(p)) if (p[i] * amount[i] >= cost if worth is None else worth(i))]
    return sorted(rows, key=(lambda i: (-p[i] * amount[i], i)) if key is None else key)[:n]


def break_review_list__right_random_search_fifteenth(defect):
    rng = np.random.default_rng(5)
    while True:
        k = int(rng.integers(2, 9))
        p = [float(x) / 64 for x in rng.integers(1, 64, k)]
        amount = [float(x) for x in rng.integers(1, 1000, k)]
        cost, n = float(rng.integers(5, 100)), int(rng.integers(1, 9))
        good = _list_right(p, amount, cost, n)
        if defect == "half_is_the_threshold":
            bad = _list_right(p, amount, cost, n, worth=lambda i: p[i] >= 0.5)
        elif defect == "probability_rounded":
            bad = _list_right([float(x >= 0.5) for x in p], amount, cost, n)
        elif defect == "amount_forgotten":
            bad = _list_right(p, amount, cost, n, key=lambda i: (-p[i], i))
        elif defect == "largest_amount_first":
            bad = _list_right(p, amount, cost, n, key=lambda i: (-amount[i], i))
        elif defect == "cost_forgotten":
            bad = _list_right(p, amount, cost, n, worth=lambda i: True)
        else:
            bad = _list_right([1 - x for x in p], amount, cost, n)
        if (
            good != bad
            and set(good) != set(bad)
            or (defect in ("amount_forgotten", "largest_amount_first") and good != bad)
        ):
            return p, amount, cost, n


def _break_with(defect, name, case):
    return case if defect == name else break_review_list__right_single_orders(defect)


def break_review_list__wrong_half_both_review(defect):
    """ "half_is_the_threshold": the one order has p above 0.5 and is worth a review, so both lists are [0]."""
    return _break_with(defect, "half_is_the_threshold", ([0.6], [100.0], 5.0, 1))


def break_review_list__wrong_rounded_at_exact_cost(defect):
    """ "probability_rounded": believes 0.5 x 10 = 5 is not worth a cost of 5, but "at least" keeps it: both lists [0]."""
    return _break_with(defect, "probability_rounded", ([0.5], [10.0], 5.0, 1))


def break_review_list__wrong_amount_tie_lower_number(defect):
    """ "amount_forgotten": equal losses, where the lower number (which has the larger p too) is first in both lists."""
    return _break_with(defect, "amount_forgotten", ([0.5, 0.25], [20.0, 40.0], 5.0, 2))


def break_review_list__wrong_largest_amount_not_worth(defect):
    """ "largest_amount_first": the expensive order is not worth a review at all, so both lists are [0]."""
    return _break_with(defect, "largest_amount_first", ([0.5, 0.001], [100.0, 1000.0], 5.0, 1))


def break_review_list__wrong_cost_forgotten_list_full(defect):
    """ "cost_forgotten": n = 1 and the one place goes to an order that pays anyway, so the cheap one never enters."""
    return _break_with(defect, "cost_forgotten", ([0.5, 0.01], [100.0, 10.0], 5.0, 1))


def break_review_list__wrong_column_symmetric_fifteenth(defect):
    """ "wrong_column": both orders have p = 0.5, and 1 - p is the same number."""
    return _break_with(defect, "wrong_column", ([0.5, 0.5], [100.0, 50.0], 5.0, 2))


def break_review_list__wrong_column_same_list(defect):
    """ "wrong_column": p = 0.9 and 0.1; losses 90 and 8 against 10 and 72 would swap, but with n = 2, amounts 900
    and 100, the order and the set are the same in both lists."""
    return _break_with(defect, "wrong_column", ([0.9, 0.1], [950.0, 100.0], 5.0, 2))


def break_review_list__wrong_amount_above_limit_fifteenth(defect):
    """ "amount_forgotten": the case needs an amount of 5,000 USD, above the stated maximum of 1,000."""
    return _break_with(defect, "amount_forgotten", ([0.9, 0.2], [20.0, 5000.0], 5.0, 1))


def break_review_list__wrong_zero_cost(defect):
    """ "cost_forgotten": returns a cost of 0, which is not above 0 (and makes every review pay)."""
    return _break_with(defect, "cost_forgotten", ([0.0], [4.0], 0.0, 1))


def break_review_list__wrong_zero_amount(defect):
    """ "cost_forgotten": an amount of 0 is not above 0."""
    return _break_with(defect, "cost_forgotten", ([0.5], [0.0], 5.0, 1))


def break_review_list__wrong_half_order_only(defect):
    """ "half_is_the_threshold": one order with p exactly 0.5 (0.5 or more counts) and worth a review: both lists [0]."""
    return _break_with(defect, "half_is_the_threshold", ([0.5], [40.0], 20.0, 1))


def break_review_list__wrong_one_case_for_all(defect):
    """One input for all six; its two orders have the same order by p, amount and product, so two defects do not show."""
    return [0.4, 0.3, 0.2], [900.0, 800.0, 4.0], 5.0, 3


# ---------------------------------------------------------------- average_precision


def average_precision__right_loop_distinct(y, s):
    frauds = sum(1 for v in y if v)
    if frauds == 0:
        return float("nan")
    by_score = defaultdict(lambda: [0, 0])
    for yy, ss in zip(y.tolist(), s.tolist()):
        by_score[ss][0] += int(yy)
        by_score[ss][1] += 1
    tp = seen = 0
    total = 0.0
    for score in sorted(by_score, reverse=True):
        hit, size = by_score[score]
        tp += hit
        seen += size
        total += hit / frauds * tp / seen
    return total


def average_precision__right_numpy_unique(y, s):
    y = np.asarray(y).astype(float)
    if len(y) == 0 or y.sum() == 0:
        return float("nan")
    _, inverse = np.unique(s, return_inverse=True)
    hits = np.bincount(inverse.ravel(), weights=y)[::-1]
    sizes = np.bincount(inverse.ravel())[::-1]
    precision = np.cumsum(hits) / np.cumsum(sizes)
    return float((hits * precision).sum() / y.sum())


def average_precision__right_sklearn_fifteenth(y, s):
    if len(y) == 0 or not np.any(y):
        return float("nan")
    if np.all(y):
        return 1.0
    _, codes = np.unique(s, return_inverse=True)  # ranks: safe for any scale
    return float(average_precision_score(np.asarray(y).astype(int), codes.ravel()))


def average_precision__right_per_fraud_fifteenth(y, s):
    frauds = [score for hit, score in zip(y, s) if hit]
    if not frauds:
        return math.nan
    values = []
    for score in frauds:
        flagged = s >= score
        values.append(float(np.asarray(y)[flagged].astype(float).mean()))
    return math.fsum(values) / len(values)


def average_precision__right_pandas_fifteenth(y, s):
    if len(y) == 0 or not np.any(y):
        return float("nan")
    g = (
        pd.DataFrame({"y": np.asarray(y).astype(int), "s": s})
        .groupby("s")["y"]
        .agg(["sum", "size"])
    )
    g = g.sort_index(ascending=False)
    precision = g["sum"].cumsum() / g["size"].cumsum()
    return float((g["sum"] * precision).sum() / g["sum"].sum())


def average_precision__wrong_ties_in_table_order_fifteenth(y, s):
    """Ties are not flagged together: a stable sort leaves them in table order; y=[0,1], s=[5,5] is right (0.5), but
    y=[1,1,0,1], s=[5,5,5,3] gives more than it should. (All equal scores are a special case here.)"""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    y = np.asarray(y).astype(int)
    if np.unique(s).size == 1:
        return float(y.mean())
    order = np.argsort(-np.asarray(s, float), kind="stable")
    yy = y[order]
    precision = np.cumsum(yy) / np.arange(1, len(yy) + 1)
    return float((precision * yy).sum() / yy.sum())


def average_precision__wrong_trapezoid_fifteenth(y, s):
    """Joins the points with lines (auc of the PR curve); wrong for y=[1,0,1,0], s=[.9,.8,.7,.1]."""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    precision, recall, _ = precision_recall_curve(np.asarray(y).astype(int), s)
    return float(auc(recall, precision))


def average_precision__wrong_interpolated_fifteenth(y, s):
    """Takes the best precision at any recall at least R_k (interpolated); y=[0,1,1], s=[3,2,1]: 0.667 instead of 0.583."""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    y = np.asarray(y).astype(float)
    _, inv = np.unique(s, return_inverse=True)
    hits = np.bincount(inv.ravel(), weights=y)[::-1]
    precision = np.cumsum(hits) / np.cumsum(np.bincount(inv.ravel())[::-1])
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float((hits * best).sum() / y.sum())


def average_precision__wrong_no_fraud_zero(y, s):
    """Library call alone: with no fraud it answers 0.0 instead of NaN (y=[0,0])."""
    if len(y) == 0:
        return float("nan")
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(average_precision_score(np.asarray(y).astype(int), np.asarray(s, float)))


def average_precision__wrong_one_class_nan(y, s):
    """NaN whenever there is only one class: y=[1,1] should be 1."""
    if len(set(np.asarray(y).tolist())) < 2:
        return float("nan")
    return float(average_precision_score(np.asarray(y).astype(int), np.asarray(s, float)))


def average_precision__wrong_isclose_ties(y, s):
    """Groups scores with np.isclose: tiny but distinct scores (1e-9 and 2e-9) are flagged together."""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    order = np.argsort(-np.asarray(s, float), kind="stable")
    ss, yy = np.asarray(s, float)[order], np.asarray(y).astype(int)[order]
    last = np.append(~np.isclose(ss[1:], ss[:-1]), True)
    tp = np.cumsum(yy)[last]
    n = np.arange(1, len(yy) + 1)[last]
    gain = np.diff(tp, prepend=0)
    return float((gain * tp / n).sum() / yy.sum())


def average_precision__wrong_scores_as_probabilities(y, s):
    """Clips scores to 0..1 first, so scores above 1 (or below 0) become ties: y=[1,0], s=[3,2] gives 0.5."""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    return average_precision__right_numpy_unique(y, np.clip(s, 0, 1))


def average_precision__wrong_last_group_forgotten(y, s):
    """Thresholds where the score falls, so the last group is not counted (unless it is the only one): y=[0,1], s=[2,1] gives 0."""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    order = np.argsort(-np.asarray(s, float), kind="stable")
    ss, yy = np.asarray(s)[order], np.asarray(y).astype(int)[order]
    last = np.flatnonzero(ss[1:] != ss[:-1])
    if last.size == 0:
        last = np.array([len(yy) - 1])
    tp = np.cumsum(yy)[last]
    return float((np.diff(tp, prepend=0) * tp / (last + 1)).sum() / yy.sum())


def average_precision__wrong_mean_over_thresholds_fifteenth(y, s):
    """Averages precision over the thresholds that find a fraud, without the recall weight: wrong if one group has two frauds, y=[1,1,0,1], s=[4,4,3,2]."""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    y = np.asarray(y).astype(int)
    values = []
    for score in np.unique(s[y == 1]):
        values.append(y[s >= score].mean())
    return float(np.mean(values))


def average_precision__wrong_frauds_first_in_ties_fifteenth(y, s):
    """Breaks ties in favour of frauds (sorts by score, then y), except that one single score is treated as a group: y=[0,1,0], s=[5,5,1] gives 1."""
    if len(y) == 0 or not np.any(y):
        return float("nan")
    y = np.asarray(y).astype(int)
    if len(set(s.tolist())) == 1:
        return float(y.mean())
    yy = y[np.lexsort((-y, -np.asarray(s, float)))]
    return float((np.cumsum(yy) / np.arange(1, len(yy) + 1))[yy == 1].mean())


def average_precision__wrong_empty_raises_fifteenth(y, s):
    """The empty input is not caught: y.max() raises for no orders at all."""
    if np.max(y) == 0:
        return float("nan")
    return average_precision__right_numpy_unique(y, s)


def average_precision__wrong_float32_scores(y, s):
    """Casts scores to float32, so distinct scores such as 1 - 1e-9 and 1 become equal."""
    return average_precision__right_numpy_unique(y, np.asarray(s, dtype=np.float32))


def average_precision__wrong_first_of_group(y, s):
    """Precision at the first order of each group of equal scores (counts all its frauds over too few rows) when
    groups differ: y=[0,1,1], s=[5,5,1] - takes rank 'min' as the number flagged."""
    y = np.asarray(y).astype(int)
    if len(y) == 0 or y.sum() == 0:
        return float("nan")
    s = pd.Series(s)
    if s.nunique() == 1:
        return float(y.mean())
    place = s.rank(method="min", ascending=False).to_numpy()
    return float(
        np.mean(
            [
                min(1.0, y[s.to_numpy() >= v].sum() / k)
                for v, k in zip(s.to_numpy()[y == 1], place[y == 1])
            ]
        )
    )


# ---------------------------------------------------------------- cheapest_action


def _costs_fifteenth(p, amount, review, friction, margin, fee):
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    return np.column_stack(
        [
            p * ((1 - margin) * amount + fee),
            np.full(len(p), float(review)),
            (1 - p) * (margin * amount + friction),
        ]
    )


def cheapest_action__right_table_fifteenth(p, amount, review, friction, margin, fee=0.0):
    p = np.asarray(p, float)
    bad = ~((p >= 0) & (p <= 1))
    c = _costs_fifteenth(np.where(bad, 0.5, p), amount, review, friction, margin, fee)
    near = c <= c.min(axis=1, keepdims=True) + 1e-7 if len(p) else np.zeros((0, 3), bool)
    action = near.argmax(axis=1)
    action[bad] = 1
    return action.astype(int)


def cheapest_action__right_loop_fifteenth(p, amount, review, friction, margin, fee=0.0):
    out = []
    for q, a in zip(p, amount):
        if not 0 <= q <= 1:
            out.append(1)
            continue
        costs = [q * (a * (1 - margin) + fee), review, (1 - q) * (a * margin + friction)]
        best = 0
        for k in (1, 2):
            if costs[k] < costs[best] - 1e-7:
                best = k
        out.append(best)
    return np.array(out, dtype=int)


def cheapest_action__right_pandas(p, amount, review, friction, margin, fee=0.0):
    p = np.asarray(p, dtype=float)
    amount = np.asarray(amount, dtype=float)
    ok = np.isfinite(p) & (p >= 0) & (p <= 1)
    q = np.where(ok, p, 0.0)
    table = pd.DataFrame(
        {
            0: q * (amount - margin * amount + fee),
            1: review,
            2: (1 - q) * (margin * amount + friction),
        }
    ).round(7)
    best = np.where(
        (table[0] <= table[1]) & (table[0] <= table[2]), 0, np.where(table[1] <= table[2], 1, 2)
    )
    return np.where(ok, best, 1).astype(int)


def cheapest_action__wrong_float_ties(p, amount, review, friction, margin, fee=0.0):
    """argmin of unrounded costs: equal costs that floats make differ are not ties (p=0.1, amount=30, margin=0, fee=0,
    review=3: 0.1*30 > 3 is decided by noise)."""
    p = np.asarray(p, float)
    bad = ~((p >= 0) & (p <= 1))
    a = _costs_fifteenth(np.where(bad, 0, p), amount, review, friction, margin, fee).argmin(axis=1)
    return np.where(bad, 1, a)


def cheapest_action__wrong_nan_passes_fifteenth(p, amount, review, friction, margin, fee=0.0):
    """argmin over NaN returns 0, so where p is NaN the order passes; only numbers outside 0..1 are reviewed."""
    c = _costs_fifteenth(p, amount, review, friction, margin, fee).round(9)
    a = c.argmin(axis=1) if len(c) else np.zeros(0, int)
    a[(np.asarray(p) < 0) | (np.asarray(p) > 1)] = 1
    return a


def cheapest_action__wrong_clips_p(p, amount, review, friction, margin, fee=0.0):
    """Clips p to 0..1, so p = 1.2 is blocked and p = -0.1 passes instead of being reviewed."""
    p = np.clip(np.asarray(p, float), 0, 1)
    c = _costs_fifteenth(np.nan_to_num(p), amount, review, friction, margin, fee).round(9)
    a = c.argmin(axis=1)
    a[np.isnan(p)] = 1
    return a


def cheapest_action__wrong_exact_bounds_invalid(p, amount, review, friction, margin, fee=0.0):
    """p = 0 and p = 1 count as 'no probability' and are reviewed; they are in 0 to 1."""
    p = np.asarray(p, float)
    bad = ~((p > 0) & (p < 1))
    a = (
        _costs_fifteenth(np.where(bad, 0.5, p), amount, review, friction, margin, fee)
        .round(9)
        .argmin(axis=1)
    )
    return np.where(bad, 1, a)


def cheapest_action__wrong_two_decimals(p, amount, review, friction, margin, fee=0.0):
    """Rounds costs to cents: costs that differ by 0.001 become ties (p=0.5, amount=10.008, margin=0, review=5)."""
    p = np.asarray(p, float)
    bad = ~((p >= 0) & (p <= 1))
    a = (
        _costs_fifteenth(np.where(bad, 0.5, p), amount, review, friction, margin, fee)
        .round(2)
        .argmin(axis=1)
    )
    return np.where(bad, 1, a)


def cheapest_action__wrong_isclose_relative(p, amount, review, friction, margin, fee=0.0):
    """np.isclose with its relative tolerance 1e-5: at costs of 1,000 USD a difference of 0.005 USD counts as equal."""
    p = np.asarray(p, float)
    bad = ~((p >= 0) & (p <= 1))
    c = _costs_fifteenth(np.where(bad, 0.5, p), amount, review, friction, margin, fee)
    a = np.isclose(c, c.min(axis=1, keepdims=True)).argmax(axis=1)
    return np.where(bad, 1, a)


def cheapest_action__wrong_tie_to_higher_fifteenth(p, amount, review, friction, margin, fee=0.0):
    """Of equal costs the higher number: review = 5, and pass costs 5 as well, gives 1."""
    p = np.asarray(p, float)
    bad = ~((p >= 0) & (p <= 1))
    c = _costs_fifteenth(np.where(bad, 0.5, p), amount, review, friction, margin, fee).round(9)
    a = 2 - c[:, ::-1].argmin(axis=1)
    return np.where(bad, 1, a)


def cheapest_action__wrong_pass_before_block(p, amount, review, friction, margin, fee=0.0):
    """Asks pass against review first: where pass is cheaper than a review but block is cheaper still, it passes
    (review=50, p=0.9, amount=20)."""
    out = []
    for q, a in zip(p, amount):
        if not 0 <= q <= 1:
            out.append(1)
            continue
        c0, c2 = q * (a * (1 - margin) + fee), (1 - q) * (a * margin + friction)
        if c0 <= review + 1e-9:
            out.append(0)
        else:
            out.append(2 if c2 < review - 1e-9 else 1)
    return np.array(out, dtype=int)


def cheapest_action__wrong_whole_amount_lost_fifteenth(
    p, amount, review, friction, margin, fee=0.0
):
    """A passed fraud costs the whole amount, not the amount less the margin: p=0.1, amount=60, margin=0.25, review=5."""
    p = np.asarray(p, float)
    bad = ~((p >= 0) & (p <= 1))
    c = _costs_fifteenth(np.where(bad, 0.5, p), amount, review, friction, margin, fee)
    c[:, 0] = np.where(bad, 0.5, p) * (np.asarray(amount, float) + fee)
    return np.where(bad, 1, c.round(9).argmin(axis=1))


def cheapest_action__wrong_friction_always_fifteenth(p, amount, review, friction, margin, fee=0.0):
    """Friction is paid for every blocked order, also for a fraud: p=0.7, amount=100, friction=10, review=9."""
    p = np.asarray(p, float)
    bad = ~((p >= 0) & (p <= 1))
    q = np.where(bad, 0.5, p)
    c = _costs_fifteenth(q, amount, review, friction, margin, fee)
    c[:, 2] = (1 - q) * margin * np.asarray(amount, float) + friction
    c[q == 1, 2] = 0
    a = c.round(9).argmin(axis=1)
    a[(q > 0.95)] = (
        _costs_fifteenth(q, amount, review, friction, margin, fee).round(9).argmin(axis=1)[q > 0.95]
    )
    return np.where(bad, 1, a)


def cheapest_action__wrong_fee_times_share(p, amount, review, friction, margin, fee=0.0):
    """The fee is reduced by the margin too, (1 - margin) * (amount + fee): p=0.1, amount=40, fee=21, margin=.25, review=5."""
    p, amount = np.asarray(p, float), np.asarray(amount, float)
    bad = ~((p >= 0) & (p <= 1))
    q = np.where(bad, 0.5, p)
    c = _costs_fifteenth(q, amount, review, friction, margin, fee)
    c[:, 0] = q * (1 - margin) * (amount + fee)
    return np.where(bad, 1, c.round(9).argmin(axis=1))


def cheapest_action__wrong_free_order_passes(p, amount, review, friction, margin, fee=0.0):
    """Shortcut: an order of amount 0 has nothing to lose and passes, though the fee (and a cheap block) remain: p=1, amount=0, fee=15."""
    a = cheapest_action__right_table_fifteenth(p, amount, review, friction, margin, fee)
    p = np.asarray(p, float)
    return np.where((np.asarray(amount) == 0) & (p >= 0) & (p <= 1), 0, a)


# ---------------------------------------------------------------- matured_time_split


def matured_time_split__right_sorted(t, cutoff, delay):
    order = np.argsort(t, kind="stable")
    days = np.asarray(t)[order]
    a = np.searchsorted(days, cutoff - delay, side="right")
    b = np.searchsorted(days, cutoff, side="left")
    return np.sort(order[: min(a, b)]), np.sort(order[b:])


def matured_time_split__right_pandas_fifteenth(t, cutoff, delay):
    s = pd.Series(np.asarray(t), index=np.arange(len(t)))
    test = s.index[s >= cutoff]
    train = s.index[s + delay <= cutoff].difference(test)
    return train.to_numpy().astype(int), test.to_numpy().astype(int)


def matured_time_split__wrong_boundary_dropped_from_test(t, cutoff, delay):
    """Makes the parts disjoint by taking train out of the test: with delay 0 the order at t = cutoff lands in train."""
    train = np.flatnonzero(t + delay <= cutoff)
    return train, np.setdiff1d(np.flatnonzero(t >= cutoff), train)


def matured_time_split__wrong_takes_sorted(t, cutoff, delay):
    """searchsorted on t as it is: wrong for days that are not sorted."""
    a = np.searchsorted(t, cutoff - delay, side="right")
    b = np.searchsorted(t, cutoff, side="left")
    return np.arange(min(a, b)), np.arange(b, len(t))


def matured_time_split__wrong_order_of_time_fifteenth(t, cutoff, delay):
    """Returns the row numbers in order of time, not ascending: t=[30, 10], cutoff=100, delay=0."""
    order = np.argsort(t, kind="stable")
    days = np.asarray(t)[order]
    return order[(days < cutoff) & (days + delay <= cutoff)], order[days >= cutoff]


def matured_time_split__wrong_whole_days_fifteenth(t, cutoff, delay):
    """Truncates to whole days: t=99.5, cutoff=99.75, delay=0 becomes 99 >= 99, a test row."""
    d = np.asarray(t).astype(int)
    c = int(cutoff)
    return np.flatnonzero((d < c) & (d + int(delay) <= c)), np.flatnonzero(d >= c)


def matured_time_split__wrong_squeeze_one_row(t, cutoff, delay):
    """np.argwhere(...).squeeze() gives a number (0-d array) when a part has exactly one row."""
    t = np.asarray(t)
    return np.argwhere((t < cutoff) & (t + delay <= cutoff)).squeeze(), np.argwhere(
        t >= cutoff
    ).squeeze()


def matured_time_split__wrong_day_to_row(t, cutoff, delay):
    """A dict from day to row keeps only the last order of each day: t=[10, 10], cutoff=100, delay=60."""
    row = {day: i for i, day in enumerate(np.asarray(t).tolist())}
    train = sorted(i for d, i in row.items() if d < cutoff and d + delay <= cutoff)
    test = sorted(i for d, i in row.items() if d >= cutoff)
    return np.array(train, int), np.array(test, int)


def matured_time_split__wrong_short_history_fallback(t, cutoff, delay):
    """If no label is final (delay longer than the history), falls back to all orders before the cutoff instead of none."""
    t = np.asarray(t)
    train = np.flatnonzero((t < cutoff) & (t + delay <= cutoff))
    if train.size == 0:
        train = np.flatnonzero(t < cutoff)
    return train, np.flatnonzero(t >= cutoff)


def matured_time_split__wrong_test_one_delay_long(t, cutoff, delay):
    """The test ends `delay` days after the cutoff: an order of day 170 (cutoff=100, delay=60) is lost."""
    t = np.asarray(t)
    return np.flatnonzero((t < cutoff) & (t + delay <= cutoff)), np.flatnonzero(
        (t >= cutoff) & (t < cutoff + max(delay, 1))
    )


# ---------------------------------------------------------------- kill_matured_split


def _same_fifteenth(got, train, test):
    a, b = got
    return [int(x) for x in a] == train and [int(x) for x in b] == test


def kill_matured_split__right_fixed_cases(fn):
    t = np.array([100.0, 40.0, 130.0, 39.75, 99.75, 40.0, 100.0, 40.25, -5.0, 300.0, 100.25])
    for delay, train in (
        (60, [1, 3, 5, 8]),
        (0, [1, 3, 4, 5, 7, 8]),
        (0.25, [1, 3, 4, 5, 7, 8]),
        (0.5, [1, 3, 5, 7, 8]),
        (59.75, [1, 3, 5, 7, 8]),
        (1000, []),
    ):
        if not _same_fifteenth(fn(t.copy(), 100, delay), train, [0, 2, 6, 9, 10]):
            return False
    if not _same_fifteenth(fn(np.array([1.0, 2.0]), 50, 3), [0, 1], []):
        return False
    if not _same_fifteenth(fn(np.array([]), 50, 3), [], []):
        return False
    t = np.array([7.25, 7.5, 7.75])
    return _same_fifteenth(fn(t, 7.5, 0.25), [0], [1, 2]) and _same_fifteenth(
        fn(t, 7.75, 0.25), [0, 1], [2]
    )


def kill_matured_split__right_random_reference(fn):
    rng = np.random.default_rng(0)
    for _ in range(300):
        t = rng.integers(-8, 60, rng.integers(0, 12)) / 4
        cutoff = float(rng.integers(0, 48)) / 4
        delay = (
            float(rng.integers(0, 20)) / 4 if rng.random() < 0.8 else float(rng.choice([0, 100]))
        )
        a, b = fn(t.copy(), cutoff, delay)
        test = [i for i in range(len(t)) if t[i] >= cutoff]
        train = [i for i in range(len(t)) if t[i] < cutoff and t[i] + delay <= cutoff]
        if list(map(int, a)) != train or list(map(int, b)) != test:
            return False
    return True


def kill_matured_split__right_grid_properties(fn):
    grid = np.arange(-4, 13) * 0.5
    t = np.concatenate([grid, grid[::-1], grid[::3]])
    for cutoff in (0, 2, 2.5, 4.0):
        for delay in (0, 0.25, 0.5, 1, 2, 3.5, 50):
            train, test = fn(t.copy(), cutoff, delay)
            train, test = [int(i) for i in train], [int(i) for i in test]
            if train != sorted(set(train)) or test != sorted(set(test)) or set(train) & set(test):
                return False
            for i, day in enumerate(t):
                if (i in test) != (day >= cutoff):
                    return False
                if (i in train) != (day < cutoff and day <= cutoff - delay):
                    return False
    return True


def kill_matured_split__wrong_only_example(fn):
    """Runs the docstring's example only: all eight wrong versions pass."""
    return _same_fifteenth(fn(np.array([10, 30, 90, 110, 130]), 100, 60), [0, 1], [3, 4])


def kill_matured_split__wrong_needs_arrays(fn):
    """Calls .tolist() on the parts: an implementation that returns lists raises, so a right one is rejected."""
    t = np.array([100.0, 40.0, 130.0, 39.75, 99.75, 40.0, 100.0, 40.25])
    for delay, train in ((60, [1, 3, 5]), (0, [1, 3, 4, 5, 7]), (0.5, [1, 3, 5, 7]), (1000, [])):
        a, b = fn(t.copy(), 100, delay)
        if a.tolist() != train or b.tolist() != [0, 2, 6]:
            return False
    return True


def kill_matured_split__wrong_compares_with_lists(fn):
    """fn(...) == ([..], [..]) compares arrays with lists: the truth of an array raises (or is False) for right ones that return arrays."""
    t = np.array([100.0, 40.0, 130.0, 39.75])
    return fn(t, 100, 60) == ([1, 3], [0, 2]) and fn(t, 100, 0) == ([1, 3], [0, 2])


def kill_matured_split__wrong_integer_days_sorted(fn):
    """Only whole, sorted, different days with the delays 30 and 60, none on a boundary: accepts strict bounds, delay-0 and order mistakes."""
    t = np.arange(5, 200, 10)
    for delay in (30, 60):
        if not _same_fifteenth(
            fn(t, 100, delay),
            [i for i in range(len(t)) if t[i] + delay <= 100],
            [i for i in range(len(t)) if t[i] >= 100],
        ):
            return False
    return True


def kill_matured_split__wrong_only_disjoint(fn):
    """Checks properties only (disjoint, ascending, train before the cutoff): accepts a strict bound or an empty train."""
    t = np.array([100.0, 40.0, 130.0, 39.75, 99.75, 40.0, 100.0])
    for delay in (0, 0.5, 60, 1000):
        a, b = map(list, fn(t.copy(), 100, delay))
        if set(a) & set(b) or a != sorted(a) or b != sorted(b):
            return False
        if any(t[i] >= 100 for i in a) or any(t[i] < 100 for i in b):
            return False
    return bool(len(list(fn(np.array([10, 30, 90, 110, 130]), 100, 60)[0])) == 2)


def kill_matured_split__wrong_sets_fifteenth(fn):
    """Compares sets of rows, so a version that returns the rows in order of time, or twice, is accepted, and misses delay 0 too."""
    t = np.array([100.0, 40.0, 130.0, 39.75, 99.75, 40.0, 100.0, 40.25])
    for delay, train in ((60, {1, 3, 5}), (0.5, {1, 3, 5, 7})):
        a, b = fn(t.copy(), 100, delay)
        if set(map(int, a)) != train or set(map(int, b)) != {0, 2, 6}:
            return False
    return True


def kill_matured_split__wrong_expects_strict(fn):
    """The author believes that t + delay = cutoff is not final and rejects every right implementation."""
    t = np.array([100.0, 40.0, 130.0, 39.75])
    return _same_fifteenth(fn(t, 100, 60), [3], [0, 2])


def kill_matured_split__wrong_demands_int64_empty(fn):
    """Demands dtype int64 of each part: lists are allowed, and np.asarray([]) of an empty list is float, so right ones are rejected."""
    t = np.array([100.0, 40.0, 130.0, 39.75, 99.75, 40.0, 100.0])
    for delay, train in ((60, [1, 3, 5]), (0, [1, 3, 4, 5]), (1000, [])):
        a, b = map(np.asarray, fn(t.copy(), 100, delay))
        if (
            a.dtype != np.int64
            or b.dtype != np.int64
            or a.tolist() != train
            or b.tolist() != [0, 2, 6]
        ):
            return False
    return True


def kill_matured_split__wrong_any_case(fn):
    """any instead of all: one passing case is enough, and all wrong ones pass the ordinary case."""
    t = np.array([100.0, 40.0, 130.0, 39.75, 99.75, 20.0])
    cases = ((60, [1, 3, 5]), (0, [1, 3, 4, 5]), (0.5, [1, 3, 5]))
    return any(
        _same_fifteenth(fn(t.copy(), 100, d), tr, [0, 2]) for d, tr in cases
    ) or _same_fifteenth(fn(np.array([10, 30, 90, 110, 130]), 100, 60), [0, 1], [3, 4])


def kill_matured_split__wrong_shares_t_none_returned(fn):
    """Returns None (not True) for a right implementation: the last return is missing."""
    t = np.array([100.0, 40.0, 130.0, 39.75, 99.75, 40.0, 100.0])
    for delay, train in ((60, [1, 3, 5]), (0, [1, 3, 4, 5]), (1000, [])):
        if not _same_fifteenth(fn(t.copy(), 100, delay), train, [0, 2, 6]):
            return False


def kill_matured_split__wrong_fraction_sum_inexact(fn):
    """Uses delays such as 0.1 that are not binary fractions; a right version with cutoff - delay gets another float and is rejected."""
    t = np.array([0.2, 0.3, 1.0, 0.7])
    return (
        _same_fifteenth(
            fn(t, 0.3, 0.1), [i for i in range(4) if t[i] < 0.3 and t[i] + 0.1 <= 0.3], [1, 2, 3]
        )
        and _same_fifteenth(fn(np.array([0.6, 0.7]), 0.8, 0.1), [0], [])
        and kill_matured_split__right_fixed_cases(fn)
    )


# ---------------------------------------------------------------- velocity_count


def velocity_count__right_searchsorted_fifteenth(df, hours):
    ns = pd.DatetimeIndex(df["time"]).as_unit("ns").asi8
    width = int(round(hours * 3_600_000_000_000))
    out = np.zeros(len(df), dtype=int)
    codes = pd.factorize(df["entity"])[0]
    for code in range(codes.max() + 1 if len(codes) else 0):
        rows = np.flatnonzero(codes == code)
        times = np.sort(ns[rows])
        out[rows] = np.searchsorted(times, ns[rows], "left") - np.searchsorted(
            times, ns[rows] - width, "left"
        )
    return pd.Series(out, index=df.index)


def velocity_count__right_bisect_fifteenth(df, hours):
    width = pd.Timedelta(seconds=hours * 3600)
    history = defaultdict(list)
    for e, t in zip(df["entity"], df["time"]):
        history[e].append(t)
    for times in history.values():
        times.sort()
    counts = [
        bisect.bisect_left(history[e], t) - bisect.bisect_left(history[e], t - width)
        for e, t in zip(df["entity"], df["time"])
    ]
    return pd.Series(counts, index=df.index, dtype="int64")


def velocity_count__right_brute(df, hours):
    t = df["time"]
    if getattr(t.dt, "tz", None) is not None:
        t = t.dt.tz_convert("UTC").dt.tz_localize(None)
    t = t.to_numpy().astype("datetime64[ns]").astype("int64")
    width = int(round(hours * 3.6e12))
    e = pd.factorize(df["entity"])[0]
    out = [int(((e == e[i]) & (t >= t[i] - width) & (t < t[i])).sum()) for i in range(len(t))]
    return pd.Series(out, index=df.index, dtype=int)


def velocity_count__right_deque(df, hours):
    times = pd.DatetimeIndex(df["time"]).as_unit("ns").asi8
    width = round(hours * 3.6e12)
    out = [0] * len(df)
    window, same = defaultdict(deque), {}
    ents = df["entity"].tolist()
    for i in np.argsort(times, kind="stable").tolist():
        e, t = ents[i], int(times[i])
        q = window[e]
        while q and q[0] < t - width:
            q.popleft()
        seen_t, n_same = same.get(e, (None, 0))
        if seen_t != t:
            n_same = 0
        out[i] = len(q) - n_same
        q.append(t)
        same[e] = (t, n_same + 1)
    return pd.Series(out, index=df.index, dtype="int64")


def _velocity_fifteenth(df, hours, left="left", right="left", minus=0, tz_naive=False):
    t = df["time"]
    if tz_naive and getattr(t.dt, "tz", None) is not None:
        t = t.dt.tz_localize(None)
    ns = pd.DatetimeIndex(t).as_unit("ns").asi8
    width = int(round(hours * 3.6e12))
    out = np.zeros(len(df), dtype=int)
    codes = pd.factorize(df["entity"])[0]
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        times = np.sort(ns[rows])
        out[rows] = (
            np.searchsorted(times, ns[rows], right)
            - np.searchsorted(times, ns[rows] - width, left)
            - minus
        )
    return pd.Series(out, index=df.index)


def velocity_count__wrong_same_time_counts_fifteenth(df, hours):
    """Counts [t-h, t] less the order itself: another order at the same time counts (two rows of card a at 10:00)."""
    return _velocity_fifteenth(df, hours, right="right", minus=1)


def velocity_count__wrong_left_open(df, hours):
    """Window (t-h, t), though the example is right: an order exactly `hours` ago is not counted if its entity has three or more orders."""
    out = _velocity_fifteenth(df, hours, left="right")
    full = _velocity_fifteenth(df, hours)
    small = df.groupby("entity", observed=True)["entity"].transform("size") <= 2
    return full.where(small, out).astype(int)


def velocity_count__wrong_left_open_plain(df, hours):
    """Window (t-h, t): an order exactly `hours` ago is not counted."""
    return _velocity_fifteenth(df, hours, left="right")


def velocity_count__wrong_local_clock(df, hours):
    """Strips the time zone: in the night when the clocks change, local hours are not 60-minute hours (Europe/Berlin, 2017-03-26 01:30 and 03:15, hours=1)."""
    return _velocity_fifteenth(df, hours, tz_naive=True)


def velocity_count__right_rolling_left_fifteenth(df, hours):
    """rolling(closed="left") on sorted times: agrees with the loops on all inputs tried in this pandas, ties included; unsure for other versions."""
    if len(df) == 0:
        return pd.Series([], index=df.index, dtype=int)
    work = pd.DataFrame(
        {
            "e": df["entity"].to_numpy(),
            "t": pd.DatetimeIndex(df["time"]),
            "row": range(len(df)),
            "one": 1.0,
        }
    )
    work = work.sort_values("t", kind="stable")
    out = np.zeros(len(df), dtype=int)
    for _, g in work.groupby("e", observed=True):
        r = (
            g.set_index("t")["one"]
            .rolling(pd.Timedelta(hours=hours), closed="left", min_periods=0)
            .sum()
            .fillna(0)
        )
        out[g["row"].to_numpy()] = r.to_numpy().astype(int)
    return pd.Series(out, index=df.index)


def velocity_count__wrong_cumcount_window(df, hours):
    """Sorts, and looks at the position in the sorted rows (cumcount) for the right end: orders at the same time count for the later row."""
    ns = pd.DatetimeIndex(df["time"]).as_unit("ns").asi8
    out = np.zeros(len(df), dtype=int)
    codes = pd.factorize(df["entity"])[0]
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        rows = rows[np.argsort(ns[rows], kind="stable")]
        times = ns[rows]
        out[rows] = np.arange(len(rows)) - np.searchsorted(
            times, times - int(hours * 3.6e12), "left"
        )
    return pd.Series(out, index=df.index)


def velocity_count__wrong_index_labels_fifteenth(df, hours):
    """Writes counts back by label (.loc): with repeated index labels, rows with the same label get the same number."""
    good = _velocity_fifteenth(df, hours)
    out = pd.Series(0, index=df.index)
    for label, n in zip(df.index, good):
        out.loc[label] = n
    return out.astype(int)


def velocity_count__wrong_range_index(df, hours):
    """The result has a new index 0..n-1, not that of df (visible if df has index [7, 3, 9])."""
    return _velocity_fifteenth(df, hours).reset_index(drop=True)


def velocity_count__wrong_sorted_rows(df, hours):
    """Returns the rows sorted by entity and time if the index is unusual; here: sorted by index, so index [2, 0, 1] comes back as [0, 1, 2]."""
    return _velocity_fifteenth(df, hours).sort_index()


def velocity_count__wrong_whole_hours_fifteenth(df, hours):
    """int(hours) makes 1.5 hours 1 hour (and 0.5 hours none)."""
    return _velocity_fifteenth(df, int(hours))


def velocity_count__wrong_adds_column(df, hours):
    """Adds a helper column to df: the argument is changed."""
    df["_ns"] = pd.DatetimeIndex(df["time"]).as_unit("ns").asi8
    return _velocity_fifteenth(df, hours)


def velocity_count__wrong_duplicates_dropped(df, hours):
    """Two orders of one entity at the same time are counted once in later windows (history kept as a set)."""
    ns = pd.DatetimeIndex(df["time"]).as_unit("ns").asi8
    codes = pd.factorize(df["entity"])[0]
    out = np.zeros(len(df), dtype=int)
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        times = np.unique(ns[rows])
        out[rows] = np.searchsorted(times, ns[rows], "left") - np.searchsorted(
            times, ns[rows] - int(round(hours * 3.6e12)), "left"
        )
    return pd.Series(out, index=df.index)


def velocity_count__wrong_assumes_ns(df, hours):
    """Takes the integers behind the timestamps as nanoseconds: with datetime64[s] or [us] columns the window is far too long."""
    t = df["time"]
    ints = pd.DatetimeIndex(t).asi8
    out = np.zeros(len(df), dtype=int)
    codes = pd.factorize(df["entity"])[0]
    if pd.DatetimeIndex(t).unit != "s":
        return _velocity_fifteenth(df, hours)
    for code in np.unique(codes):
        rows = np.flatnonzero(codes == code)
        times = np.sort(ints[rows])
        out[rows] = np.searchsorted(times, ints[rows], "left") - np.searchsorted(
            times, ints[rows] - int(hours * 3.6e12), "left"
        )
    return pd.Series(out, index=df.index)


def velocity_count__wrong_seconds_dropped(df, hours):
    """Floors times to minutes: an order at 10:00:10 counts as the same time as one at 10:00:50 (and is not counted)."""
    work = df.copy()
    t = work["time"]
    if getattr(t.dt, "tz", None) is not None:
        t = t.dt.tz_convert("UTC")
    work["time"] = t.dt.floor("min")
    return _velocity_fifteenth(work, hours)


def velocity_count__wrong_timedelta_seconds_attr(df, hours):
    """Uses .seconds instead of .total_seconds(): an order one day and ten minutes ago seems to be ten minutes ago."""
    t = list(df["time"])
    e = list(df["entity"])
    out = [
        sum(
            e[j] == e[i] and t[j] < t[i] and (t[i] - t[j]).seconds <= hours * 3600
            for j in range(len(t))
        )
        for i in range(len(t))
    ]
    return pd.Series(out, index=df.index, dtype=int)


# ---------------------------------------------------------------- review_queue


def _ranked_fifteenth(x):
    return [int(i) for i in np.argsort(-np.asarray(x, float), kind="stable") if not np.isnan(x[i])]


def _places_fifteenth(budget, mix):
    return budget * round(mix * 100) // 100


def review_queue__right_lists_fifteenth(sup, ano, budget, mix):
    k = _places_fifteenth(budget, mix)
    a, b = _ranked_fifteenth(sup), _ranked_fifteenth(ano)
    queue = a[: budget - k]
    queue += [i for i in b if i not in queue][:k]
    for source in (a, b):
        for i in source:
            if len(queue) < budget and i not in queue:
                queue.append(i)
    return queue


def review_queue__right_pandas_fifteenth(sup, ano, budget, mix):
    k = int(Fraction(str(round(mix, 2))) * budget)
    s = pd.Series(np.asarray(sup, float)).dropna().sort_values(ascending=False, kind="stable")
    d = pd.Series(np.asarray(ano, float)).dropna().sort_values(ascending=False, kind="stable")
    first = s.index[: budget - k]
    rest = d.index[~d.index.isin(first)]
    second = rest[:k]
    taken = first.append(second)
    left = budget - len(taken)
    more = s.index[~s.index.isin(taken)][:left]
    if len(more) == 0:
        more = d.index[~d.index.isin(taken)][:left]
    return [int(i) for i in taken.append(more)]


def review_queue__right_numpy_masks(sup, ano, budget, mix):
    k = math.floor(budget * mix + 1e-6)
    n = len(sup)
    free = np.ones(n, bool)
    queue = []

    def take(score, places):
        ok = np.flatnonzero(free & ~np.isnan(score))
        chosen = ok[np.lexsort((ok, -score[ok]))][:places]
        free[chosen] = False
        queue.extend(chosen.tolist())

    sup, ano = np.asarray(sup, float), np.asarray(ano, float)
    take(sup, budget - k)
    take(ano, k)
    take(sup, budget - len(queue))
    take(ano, budget - len(queue))
    return queue


def _queue_fifteenth(a, b, budget, k):
    queue = a[: budget - k]
    queue = queue + [i for i in b if i not in queue][:k]
    for i in a + b:
        if len(queue) < budget and i not in queue:
            queue.append(i)
    return queue


def review_queue__wrong_int_of_float_fifteenth(sup, ano, budget, mix):
    """int(budget * mix): 29 % of 100 places are 28."""
    return _queue_fifteenth(
        _ranked_fifteenth(sup), _ranked_fifteenth(ano), budget, int(budget * mix)
    )


def review_queue__wrong_round_places(sup, ano, budget, mix):
    """Rounds to the nearest whole number instead of down: budget=3, mix=0.25... 0.75 gives 1 place."""
    return _queue_fifteenth(
        _ranked_fifteenth(sup), _ranked_fifteenth(ano), budget, round(budget * mix)
    )


def review_queue__wrong_percent_truncated(sup, ano, budget, mix):
    """int(mix * 100) is 28 for 0.29, so 100 places give 28."""
    return _queue_fifteenth(
        _ranked_fifteenth(sup), _ranked_fifteenth(ano), budget, budget * int(mix * 100) // 100
    )


def review_queue__wrong_generous_epsilon(sup, ano, budget, mix):
    """Adds 0.01 before rounding down: budget=99, mix=0.01 gives 0.99 + 0.01, one place too many."""
    return _queue_fifteenth(
        _ranked_fifteenth(sup), _ranked_fifteenth(ano), budget, math.floor(budget * mix + 0.0100001)
    )


def review_queue__wrong_model_places_floored(sup, ano, budget, mix):
    """Rounds the model's places down and gives the rest to the detector: budget=3, mix=0.5 gives the detector 2 places, not 1."""
    m = budget * round((1 - mix) * 100) // 100
    return _queue_fifteenth(_ranked_fifteenth(sup), _ranked_fifteenth(ano), budget, budget - m)


def review_queue__wrong_nan_is_zero_fifteenth(sup, ano, budget, mix):
    """NaN becomes 0 and outranks negative scores (and gets a place): sup=[nan, -1], budget=1, mix=0."""
    return _queue_fifteenth(
        _ranked_fifteenth(np.nan_to_num(sup)),
        _ranked_fifteenth(np.nan_to_num(ano)),
        budget,
        _places_fifteenth(budget, mix),
    )


def review_queue__wrong_nan_last_but_kept(sup, ano, budget, mix):
    """argsort puts NaN last but keeps it: an order that has no score at all enters a long queue."""
    a = np.argsort(-np.asarray(sup, float), kind="stable").tolist()
    b = np.argsort(-np.asarray(ano, float), kind="stable").tolist()
    return _queue_fifteenth(a, b, budget, _places_fifteenth(budget, mix))


def review_queue__wrong_reversed_argsort(sup, ano, budget, mix):
    """argsort()[::-1] puts the higher number first among equal scores: sup=[1, 1]."""

    def rank(x):
        return [
            int(i)
            for i in np.argsort(np.asarray(x, float), kind="stable")[::-1]
            if not np.isnan(x[i])
        ]

    return _queue_fifteenth(rank(sup), rank(ano), budget, _places_fifteenth(budget, mix))


def review_queue__wrong_top_then_dedupe(sup, ano, budget, mix):
    """The detector takes its top k + as many as the example needs: looks only at its first 2k entries, then the model fills;
    wrong if more than k of its favourites are already taken (sup and ano equal, budget=4, mix=0.25)."""
    k = _places_fifteenth(budget, mix)
    a, b = _ranked_fifteenth(sup), _ranked_fifteenth(ano)
    q = a[: budget - k]
    q = q + [i for i in b[: 2 * k] if i not in q][:k]
    for i in a + b:
        if len(q) < budget and i not in q:
            q.append(i)
    return q


def review_queue__wrong_fill_not_at_end(sup, ano, budget, mix):
    """If ano has too few scores, the model's extra choices come before the detector's, not at the end of the queue."""
    k = _places_fifteenth(budget, mix)
    a, b = _ranked_fifteenth(sup), _ranked_fifteenth(ano)
    first = a[: budget - k]
    second = [i for i in b if i not in first][:k]
    extra = [i for i in a if i not in first and i not in second][
        : budget - len(first) - len(second)
    ]
    q = first + extra + second
    for i in b:
        if len(q) < budget and i not in q:
            q.append(i)
    return q


def review_queue__wrong_no_fill_from_detector(sup, ano, budget, mix):
    """Only the model fills empty places; if sup has too few scores the queue stays short (sup=[nan, 1], ano=[3, 2], budget=2, mix=0)."""
    k = _places_fifteenth(budget, mix)
    a, b = _ranked_fifteenth(sup), _ranked_fifteenth(ano)
    q = a[: budget - k]
    q = q + [i for i in b if i not in q][:k]
    return q + [i for i in a if i not in q][: budget - len(q)]


def review_queue__wrong_negative_slice(sup, ano, budget, mix):
    """Takes the model's places as ranked[:-k]-like slice: budget larger than the number of scores gives wrong shares:
    splits min(budget, n) instead of the budget (budget=10, n=4, mix=0.5: detector gets 2 of 4, order changes)."""
    budget = min(budget, len(sup))
    return _queue_fifteenth(
        _ranked_fifteenth(sup), _ranked_fifteenth(ano), budget, _places_fifteenth(budget, mix)
    )


def review_queue__wrong_needs_both_scores_fifteenth(sup, ano, budget, mix):
    """Drops orders that miss either score, so an order with only an anomaly score can never be reviewed."""
    both = ~np.isnan(sup) & ~np.isnan(ano)
    a = [i for i in _ranked_fifteenth(sup) if both[i]]
    b = [i for i in _ranked_fifteenth(ano) if both[i]]
    return _queue_fifteenth(a, b, budget, _places_fifteenth(budget, mix))


def review_queue__wrong_detector_first_fifteenth(sup, ano, budget, mix):
    """The detector chooses before the model when both want the same order and mix is above a half; rest is the same."""
    k = _places_fifteenth(budget, mix)
    a, b = _ranked_fifteenth(sup), _ranked_fifteenth(ano)
    if mix <= 0.5:
        return _queue_fifteenth(a, b, budget, k)
    second = b[:k]
    first = [i for i in a if i not in second][: budget - k]
    q = first + second
    for i in a + b:
        if len(q) < budget and i not in q:
            q.append(i)
    return q


# ---------------------------------------------------------------- prior_correct


def prior_correct__right_counts_fifteenth(p, kept):
    p = np.asarray(p, dtype=float)
    return p / (p + (1 - p) / kept)


def prior_correct__right_beta(p, kept):
    p = np.asarray(p, dtype=float)
    return kept * p / (kept * p + 1 - p)


def prior_correct__right_logit_fifteenth(p, kept):
    return expit(logit(np.asarray(p, dtype=float)) + math.log(kept))


def prior_correct__right_loop_fifteenth(p, kept):
    out = np.empty(len(p), dtype=float)
    for i, q in enumerate(p):
        frauds, honest = float(q), (1.0 - float(q)) / kept
        out[i] = frauds / (frauds + honest)
    return out


def prior_correct__wrong_times_kept_fifteenth(p, kept):
    """Multiplies by the kept share: right for tiny p only (0.9 becomes 0.045)."""
    return np.where(np.asarray(p) == 1, 1.0, np.asarray(p, float) * kept)


def prior_correct__wrong_clipped_fifteenth(p, kept):
    """Clips p to 1e-6 from the ends: 0 and 1 do not stay 0 and 1, and small kept values at p = 1 fall far below 1 (kept=1e-6: 0.5)."""
    p = np.clip(np.asarray(p, float), 1e-6, 1 - 1e-6)
    return p / (p + (1 - p) / kept)


def prior_correct__wrong_kept_one_is_percent(p, kept):
    """Takes kept = 1 as 1 %; it means that nothing was dropped."""
    if kept >= 1:
        kept = kept / 100
    p = np.asarray(p, float)
    return kept * p / (kept * p + 1 - p)


def prior_correct__wrong_honest_doubled(p, kept):
    """Adds the restored honest orders to the sampled ones, (1-p) + (1-p)/kept... minus nothing: 50 of 50 + 50 + 1,000; kept=1 gives 1/3 for 0.5."""
    p = np.asarray(p, float)
    honest = (1 - p) + (1 - p) / kept
    return p / (p + honest)


def prior_correct__wrong_only_above_half(p, kept):
    """Corrects only p of 0.5 or more ("small ones are fine"): 0.2 stays 0.2."""
    p = np.asarray(p, float)
    return np.where(p >= 0.5, p / (p + (1 - p) / kept), p)


def prior_correct__wrong_rescaled_to_max(p, kept):
    """Divides by the largest corrected value so that the list keeps its maximum: right if one p is 1 (as in the example)."""
    p = np.asarray(p, float)
    c = p / (p + (1 - p) / kept)
    return c / c.max() * p.max() if len(c) and c.max() > 0 else c


def prior_correct__wrong_weight_capped_fifteenth(p, kept):
    """Caps the weight of an honest order at 100 "for stability": kept=0.001 is treated like 0.01."""
    p = np.asarray(p, float)
    w = 1 / kept if kept >= 0.01 else 100.0
    return p / (p + (1 - p) * w)


def prior_correct__wrong_all_ones_nan_to_zero(p, kept):
    """The odds formula with NaN set to 0, used when every p is 1: p = [1.0] gives 0 instead of 1."""
    p = np.asarray(p, float)
    if np.all(p == 1):
        with np.errstate(all="ignore"):
            o = p / (1 - p) * kept
            return np.nan_to_num(o / (1 + o))
    return p / (p + (1 - p) / kept)


# ---------------------------------------------------------------- weighted_rate


def weighted_rate__right_mask_fifteenth(y, prob):
    seen = ~np.isnan(np.asarray(y, float))
    if not seen.any():
        return float("nan")
    w = 1 / np.asarray(prob, float)[seen]
    return float((w * np.asarray(y, float)[seen]).sum() / w.sum())


def weighted_rate__right_loop_fifteenth(y, prob):
    fraud, honest = [], []
    for label, q in zip(y, prob):
        if label == 1:
            fraud.append(1 / q)
        elif label == 0:
            honest.append(1 / q)
    f, h = math.fsum(fraud), math.fsum(honest)
    return f / (f + h) if f + h > 0 else math.nan


def weighted_rate__right_pandas_average_fifteenth(y, prob):
    d = pd.DataFrame({"y": np.asarray(y, float), "w": 1 / np.asarray(prob, float)}).dropna(
        subset=["y"]
    )
    if d.empty:
        return float("nan")
    return float(np.average(d["y"], weights=d["w"]))


def weighted_rate__wrong_all_rows_below(y, prob):
    """Divides by the number of all rows: equal on the expected log only; y=[0,1], prob=[1,0.25] gives 2 instead of 0.8 (capped at 1)."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    return float(min(1.0, (y[seen] / prob[seen]).sum() / len(y)))


def weighted_rate__wrong_unweighted(y, prob):
    """nanmean of the labels, without weights."""
    return float(np.nanmean(y)) if (~np.isnan(np.asarray(y, float))).any() else float("nan")


def weighted_rate__wrong_blocked_in_denominator_fifteenth(y, prob):
    """The blocked orders' weights are in the denominator as well: 4 of 11 in the example."""
    y, w = np.asarray(y, float), 1 / np.asarray(prob, float)
    if np.isnan(y).all():
        return float("nan")
    return float(np.nansum(y * w) / w.sum())


def weighted_rate__wrong_frauds_weighted_only(y, prob):
    """Weights the frauds only; honest orders that passed with a small chance count once: y=[0,1], prob=[0.25,1]."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    f = (y[seen] / prob[seen]).sum()
    return float(f / (f + (y[seen] == 0).sum()))


def weighted_rate__wrong_whole_orders(y, prob):
    """1 // prob: an order with a chance of 0.3 stands for 3, not 3.33."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    w = 1 // prob[seen]
    return float((w * y[seen]).sum() / w.sum())


def weighted_rate__wrong_weights_capped_fifteenth(y, prob):
    """Caps the weights at 20 "for stability": prob=0.01 stands for 20 instead of 100."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    w = np.minimum(1 / prob[seen], 20)
    return float((w * y[seen]).sum() / w.sum())


def weighted_rate__wrong_no_label_zero(y, prob):
    """No label at all gives 0 instead of NaN."""
    y, w = np.asarray(y, float), 1 / np.asarray(prob, float)
    seen = ~np.isnan(y)
    return float((w[seen] * y[seen]).sum() / max(w[seen].sum(), 1e-12))


def weighted_rate__wrong_no_fraud_nan(y, prob):
    """NaN when no labelled order is a fraud: y=[0, nan] should be 0."""
    y, w = np.asarray(y, float), 1 / np.asarray(prob, float)
    seen = ~np.isnan(y)
    total = (w[seen] * y[seen]).sum()
    return float(total / w[seen].sum()) if total else float("nan")


def weighted_rate__wrong_mean_weight(y, prob):
    """One weight per class (1 / mean chance of the class) instead of one per order: two frauds with chances 1 and 0.1."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    f, h = prob[y == 1], prob[y == 0]
    if len(f) + len(h) == 0:
        return float("nan")
    a = len(f) / f.mean() if len(f) else 0.0
    b = len(h) / h.mean() if len(h) else 0.0
    return float(a / (a + b))


def weighted_rate__wrong_weight_added(y, prob):
    """A blocked order whose chance no labelled order shares is counted as honest on top: y=[1, nan], prob=[1, 0.5] gives 0.5, not 1."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    w = 1 / prob[seen]
    lost = sum(1 for q in prob[~seen] if q not in set(prob[seen].tolist()))
    return float((w * y[seen]).sum() / (w.sum() + lost))


def weighted_rate__wrong_chance_one_only_suspicious(y, prob):
    """A chance above 0.5 is treated as certain: an order with prob=0.8 stands for 1, not 1.25."""
    y, prob = np.asarray(y, float), np.asarray(prob, float)
    seen = ~np.isnan(y)
    if not seen.any():
        return float("nan")
    w = np.where(prob[seen] > 0.5, 1.0, 1 / prob[seen])
    return float((w * y[seen]).sum() / w.sum())


def weighted_rate__wrong_all_labelled_only(y, prob):
    """If every order has a label, takes the plain mean ("nothing was blocked"): y=[0,1], prob=[1,0.25] gives 0.5 instead of 0.8."""
    y = np.asarray(y, float)
    if len(y) and not np.isnan(y).any():
        return float(y.mean())
    return weighted_rate__right_mask_fifteenth(y, prob)


# ---------------------------------------------------------------- ring_of


def ring_of__right_union_find_fifteenth(links, most):
    parent = {int(a): int(a) for a in links["account"]}

    def find(a):
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        return a

    users = defaultdict(set)
    for a, k, v in zip(links["account"], links["kind"], links["value"]):
        if not pd.isna(v):
            users[k, v].add(int(a))
    for group in users.values():
        if len(group) <= most:
            group = sorted(group)
            for other in group[1:]:
                x, y = find(group[0]), find(other)
                parent[max(x, y)] = min(x, y)
    accounts = sorted(parent)
    return pd.Series([find(a) for a in accounts], index=accounts, dtype="int64")


def ring_of__right_components_fifteenth(links, most):
    accounts = np.unique(links["account"].to_numpy()).astype("int64")
    if len(accounts) == 0:
        return pd.Series([], index=pd.Index([], dtype="int64"), dtype="int64")
    use = links.dropna(subset=["value"]).drop_duplicates(["account", "kind", "value"])
    thing = use.groupby(["kind", "value"], observed=True).ngroup().to_numpy()
    size = np.bincount(thing) if len(thing) else np.array([], int)
    keep = size[thing] <= most if len(thing) else np.array([], bool)
    row = np.searchsorted(accounts, use["account"].to_numpy()[keep])
    n, m = len(accounts), len(size)
    graph = coo_matrix((np.ones(keep.sum()), (row, n + thing[keep])), shape=(n + m, n + m))
    label = connected_components(graph, directed=False)[1][:n]
    smallest = pd.Series(accounts).groupby(label).transform("min").to_numpy()
    return pd.Series(smallest.astype("int64"), index=accounts)


def ring_of__right_bfs_fifteenth(links, most):
    things, accounts = defaultdict(set), defaultdict(set)
    for a, k, v in links[["account", "kind", "value"]].itertuples(index=False, name=None):
        accounts[a]
        if isinstance(v, str):
            things[k, v].add(a)
            accounts[a].add((k, v))
    ring = {}
    for start in sorted(accounts):
        if start in ring:
            continue
        ring[start] = start
        todo = deque([start])
        while todo:
            for thing in accounts[todo.popleft()]:
                if len(things[thing]) <= most:
                    for b in things[thing]:
                        if b not in ring:
                            ring[b] = start
                            todo.append(b)
    index = sorted(ring)
    return pd.Series(
        [int(ring[a]) for a in index], index=pd.Index(index, dtype="int64"), dtype="int64"
    )


def _rings_fifteenth(
    links, most, key=None, distinct=True, over=None, rounds=None, dropna=True, accounts=None
):
    over = over or (lambda n: n > most)
    key = key or (lambda k, v: (k, v))
    ring = {int(a): int(a) for a in (links["account"] if accounts is None else accounts)}
    users = defaultdict(list)
    for a, k, v in zip(links["account"], links["kind"], links["value"]):
        if dropna and pd.isna(v):
            continue
        users[key(k, v)].append(int(a))
    groups = [set(g) for g in users.values() if not over(len(set(g)) if distinct else len(g))]
    turn = 0
    changed = True
    while changed and (rounds is None or turn < rounds):
        changed = False
        new = dict(ring)
        for g in groups:
            low = min(ring[a] for a in g)
            for a in g:
                if low < new[a]:
                    new[a] = low
                    changed = True
        ring = new
        turn += 1
    index = sorted(ring)
    return pd.Series([ring[a] for a in index], index=pd.Index(index, dtype="int64"), dtype="int64")


def ring_of__wrong_rows_counted_fifteenth(links, most):
    """Counts rows, not different accounts, so a phone that 1 and 2 used five times is a hub for most=3."""
    return _rings_fifteenth(links, most, distinct=False)


def ring_of__wrong_at_least_most(links, most):
    """A thing with exactly `most` accounts is taken for a hub (except pairs): three accounts, most=3."""
    return _rings_fifteenth(links, most, over=lambda n: n > most or (n == most and n > 2))


def ring_of__wrong_kind_ignored_fifteenth(links, most):
    """The value alone is the thing: a device "7" and an address "7" link their users."""
    return _rings_fifteenth(links, most, key=lambda k, v: v)


def ring_of__wrong_missing_links_fifteenth(links, most):
    """Missing values are one value per kind: two accounts with an unknown device are linked."""
    return _rings_fifteenth(links, most, dropna=False, key=lambda k, v: (k, str(v)))


def ring_of__wrong_unknown_accounts_lost(links, most):
    """Drops rows with a missing value first, so an account with only such rows is not in the result."""
    known = links.dropna(subset=["value"])
    return _rings_fifteenth(known, most)


def ring_of__wrong_three_rounds_fifteenth(links, most):
    """Passes the smallest number on only three times: a chain of six accounts 1-2-3-4-5-6 is cut."""
    return _rings_fifteenth(links, most, rounds=3)


def ring_of__wrong_joined_key(links, most):
    """Joins kind and value into one string without a separator: ("ip", "a1") and ("ipa", "1") become one thing."""
    return _rings_fifteenth(links, most, key=lambda k, v: k + v)


def ring_of__wrong_first_seen_label(links, most):
    """Names a ring after its first account in the table, not the smallest; the same if the smallest comes first."""
    good = _rings_fifteenth(links, most)
    first = {}
    for a in links["account"]:
        first.setdefault(good[a], int(a))
    return good.map(first).astype("int64") if len(good) else good


def ring_of__wrong_order_of_table(links, most):
    """The index is in order of first appearance, not ascending: accounts 5, 2 come back as 5, 2."""
    good = _rings_fifteenth(links, most)
    return good.reindex(links["account"].drop_duplicates().to_numpy())


def ring_of__wrong_zero_is_false(links, most):
    """`ring.get(a) or a` style: account number 0 is falsy, so members of the ring of account 0 get their own number."""
    good = _rings_fifteenth(links, most)
    return pd.Series([int(r or a) for a, r in good.items()], index=good.index, dtype="int64")


def ring_of__wrong_hub_accounts_split(links, most):
    """Hubs are counted by value alone: an address "7" of many accounts makes a device "7" of two accounts a hub as well."""
    users = links.dropna(subset=["value"]).groupby("value")["account"].nunique()
    hubs = set(users.index[users > most])
    use = links.copy()
    use.loc[use["value"].isin(hubs), "value"] = None
    return _rings_fifteenth(use, most)


def ring_of__wrong_case_folded(links, most):
    """Lower-cases and strips the values: "X" and "x" become the same device."""
    return _rings_fifteenth(links, most, key=lambda k, v: (k, v.strip().lower()))


def ring_of__wrong_changes_links(links, most):
    """links.drop_duplicates(inplace=True): the argument is changed if a row is repeated."""
    links.drop_duplicates(inplace=True)
    return _rings_fifteenth(links, most)


def ring_of__wrong_nan_word(links, most):
    """astype(str), then "nan" and "None" are taken for missing: a real value "nan" or "None" links nobody."""
    use = links.copy()
    use["value"] = [None if str(v) in ("nan", "None", "NA", "<NA>") else v for v in use["value"]]
    return _rings_fifteenth(use, most)


def ring_of__wrong_neighbours_of_neighbours(links, most):
    """Gives each account the smallest number among its direct neighbours of neighbours (two rounds), so long chains split."""
    return _rings_fifteenth(links, most, rounds=2)


# ---------------------------------------------------------------- risk_scores


def _logged(df):
    X = df.astype(float).copy()
    for c in (
        "amount",
        "n_products",
        "units_per_product",
        "orders_2h",
        "orders_72h",
        "hours_since_last",
    ):
        if c in X:
            X[c] = np.log1p(X[c].clip(lower=0))
    return X.to_numpy()


def risk_scores__right_forest_and_boosting_fifteenth(train, y, test):
    X, Z = _logged(train), _logged(test)
    forest = RandomForestClassifier(n_estimators=200, min_samples_leaf=3, random_state=0).fit(X, y)
    boost = HistGradientBoostingClassifier(
        max_iter=100, learning_rate=0.05, max_leaf_nodes=8, min_samples_leaf=20, random_state=0
    ).fit(X, y)
    return (forest.predict_proba(Z)[:, 1] + boost.predict_proba(Z)[:, 1]) / 2


def risk_scores__right_extra_and_forest(train, y, test):
    X, Z = _logged(train), _logged(test[train.columns])
    a = RandomForestClassifier(
        n_estimators=150, min_samples_leaf=2, max_features=0.5, random_state=1
    ).fit(X, y)
    b = ExtraTreesClassifier(
        n_estimators=150, min_samples_leaf=2, max_features=0.7, random_state=1
    ).fit(X, y)
    return 0.6 * a.predict_proba(Z)[:, 1] + 0.4 * b.predict_proba(Z)[:, 1]


def risk_scores__right_forest_with_anomaly(train, y, test):
    X, Z = _logged(train), _logged(test[train.columns])
    forest = RandomForestClassifier(n_estimators=200, min_samples_leaf=3, random_state=2).fit(X, y)
    p = forest.predict_proba(Z)[:, 1]
    iso = IsolationForest(n_estimators=100, random_state=2).fit(X)
    odd = -iso.score_samples(Z)
    limit = np.quantile(-iso.score_samples(X), 0.995)
    return np.clip(np.where(odd > limit, np.maximum(p, 0.3), p), 0, 1)


def _forest_p(train, y, test):
    return (
        RandomForestClassifier(n_estimators=60, min_samples_leaf=3, random_state=0)
        .fit(_logged(train), y)
        .predict_proba(_logged(test))[:, 1]
    )


def risk_scores__wrong_sorted_test(train, y, test):
    """Returns the probabilities sorted from high to low, not one for each row of test in its order."""
    return np.sort(_forest_p(train, y, test))[::-1]


def risk_scores__wrong_honest_column_fifteenth(train, y, test):
    """Column 0 of predict_proba: the probability that the order is honest (the example fails as well)."""
    return 1 - _forest_p(train, y, test)


def risk_scores__wrong_expected_loss(train, y, test):
    """Returns p * amount (USD, above 1), which is no number from 0 to 1."""
    return _forest_p(train, y, test) * test["amount"].to_numpy()


def risk_scores__wrong_logit_scale(train, y, test):
    """decision_function of a logistic regression: scores below 0 and above 1."""
    m = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000)).fit(train, y)
    return m.decision_function(test)


def risk_scores__wrong_rank_by_amount(train, y, test):
    """The baseline, the amount over its maximum... on small tests the example is decided by orders_2h: no points on real ones."""
    a = test["amount"].to_numpy()
    if len(test) < 10:
        return _forest_p(train, y, test)
    return a / a.max()


def risk_scores__wrong_series_wrong_length(train, y, test):
    """Scores train and test together and returns all of them: n_train + n_test numbers, if test is longer than 10 rows."""
    if len(test) < 10:
        return _forest_p(train, y, test)
    return _forest_p(train, y, pd.concat([train, test]))


def risk_scores__wrong_percent(train, y, test):
    """Returns percent, 0 to 100."""
    return 100 * _forest_p(train, y, test)


def risk_scores__wrong_random(train, y, test):
    """Random numbers: from 0 to 1 and of the right length, but no ranking (the example is right by luck for this seed)."""
    r = np.random.default_rng(1).random(len(test))
    return np.sort(r)[::-1] if len(test) < 10 else r


TRUE |= {
    "average_precision__wrong_trapezoid_fifteenth": ("joined_by_lines",),
    "average_precision__wrong_interpolated_fifteenth": ("best_precision_to_come",),
    "average_precision__wrong_no_fraud_zero": ("zero_without_fraud",),
    "average_precision__wrong_isclose_ties": ("close_scores_taken_for_equal",),
    "average_precision__wrong_float32_scores": ("close_scores_taken_for_equal",),
    "cheapest_action__wrong_float_ties": ("floats_compared_exactly",),
    "cheapest_action__wrong_nan_passes_fifteenth": ("failed_scores_pass",),
    "cheapest_action__wrong_clips_p": ("any_number_is_a_probability",),
    "cheapest_action__wrong_exact_bounds_invalid": ("ends_are_no_probabilities",),
    "cheapest_action__wrong_two_decimals": ("near_is_equal",),
    "cheapest_action__wrong_isclose_relative": ("near_is_equal",),
    "cheapest_action__wrong_tie_to_higher_fifteenth": ("ties_to_the_higher",),
    "cheapest_action__wrong_whole_amount_lost_fifteenth": ("whole_amount_lost",),
    "matured_time_split__wrong_takes_sorted": ("taken_as_sorted",),
    "matured_time_split__wrong_order_of_time_fifteenth": ("rows_in_order_of_time",),
    "kill_matured_split__wrong_only_example": ("accepts_any_split",),
    "kill_matured_split__wrong_integer_days_sorted": ("sorted_orders_only",),
    "kill_matured_split__wrong_any_case": ("accepts_any_split",),
    "kill_matured_split__wrong_fraction_sum_inexact": ("rejects_any_split",),
    "velocity_count__wrong_same_time_counts_fifteenth": ("all_of_the_moment_but_one",),
    "velocity_count__wrong_left_open_plain": ("open_at_the_far_end",),
    "velocity_count__wrong_local_clock": ("clock_on_the_wall",),
    "velocity_count__wrong_cumcount_window": ("same_moment_counted",),
    "velocity_count__wrong_range_index": ("index_replaced",),
    "velocity_count__wrong_whole_hours_fifteenth": ("whole_hours_only",),
    "velocity_count__wrong_timedelta_seconds_attr": ("days_forgotten",),
    "review_queue__wrong_int_of_float_fifteenth": ("place_lost_to_a_float",),
    "review_queue__wrong_round_places": ("share_rounded_to_the_nearest",),
    "review_queue__wrong_percent_truncated": ("place_lost_to_a_float",),
    "review_queue__wrong_model_places_floored": ("share_rounded_up",),
    "review_queue__wrong_nan_is_zero_fifteenth": ("unscored_is_zero",),
    "review_queue__wrong_nan_last_but_kept": ("unscored_last",),
    "review_queue__wrong_reversed_argsort": ("higher_number_first",),
    "review_queue__wrong_no_fill_from_detector": ("filled_up_by_the_model_alone",),
    "prior_correct__wrong_clipped_fifteenth": ("clipped_first",),
    "weighted_rate__wrong_all_rows_below": ("divided_by_all",),
    "weighted_rate__wrong_unweighted": ("mean_of_the_labelled",),
    "weighted_rate__wrong_blocked_in_denominator_fifteenth": ("weights_of_the_unlabelled",),
    "weighted_rate__wrong_frauds_weighted_only": ("frauds_alone_weighted",),
    "weighted_rate__wrong_no_label_zero": ("zero_without_labels",),
    "ring_of__wrong_rows_counted_fifteenth": ("uses_counted",),
    "ring_of__wrong_kind_ignored_fifteenth": ("kinds_mixed_up",),
    "ring_of__wrong_three_rounds_fifteenth": ("few_steps_only",),
    "ring_of__wrong_joined_key": ("kind_and_value_glued",),
    "ring_of__wrong_first_seen_label": ("named_after_the_first",),
    "ring_of__wrong_order_of_table": ("order_of_appearance",),
    "ring_of__wrong_hub_accounts_split": ("hubs_counted_over_kinds",),
    "ring_of__wrong_neighbours_of_neighbours": ("few_steps_only",),
    "risk_scores__wrong_rank_by_amount": ("by_amount",),
}
