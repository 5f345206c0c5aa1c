"""From a table of customers to segments, their value, and a test of what is done about them.

Sources: Fader, Hardie and Lee, "Counting your customers the easy way: an alternative to the
Pareto/NBD model" (2005), for BG/NBD, whose equations are cited at their lines; Fader, Hardie and
Lee, "RFM and CLV: using iso-value curves for customer base analysis" (2005), for Gamma-Gamma.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy import optimize, special
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score


def break_segmentation(defect: str) -> tuple[list[tuple[int, float, int, int, float]], int]:
    """Return customers on whom an analysis of segments with one known defect is wrong.

    The correct ``report(customers, k)`` returns two things. First the segment of each customer:
    k-means with ``k`` groups on ``log1p`` of orders and of spend before, each column standardised;
    groups are numbered from 0 by their mean spend before, lowest first. Then the effect of the
    win-back mail: the mean spend after of those who were assigned to it, less that of the others.

    Parameters
    ----------
    defect : str
        One of

        - ``"unscaled"``: neither logarithm nor standardising, so the unit of money decides;
        - ``"no_logarithm"``: standardised, but without ``log1p``;
        - ``"numbers_of_one_run"``: groups are numbered as they come in the list of customers;
        - ``"always_four"``: the elbow said 4, so ``k`` is 4 whatever was asked;
        - ``"before_and_after"``: the effect is spend after less spend before of the assigned;
        - ``"as_treated"``: the effect compares those who opened the mail with everybody else.

    Returns
    -------
    customers : list of (int, float, int, int, float)
        Orders, spend before in USD, whether assigned to the mail (0 or 1), whether it was opened
        (0 or 1, only where assigned), and spend after in USD. From 4 to 8 customers, of whom at
        least four differ in orders or spend before; at least one is assigned, one is not, and
        one opened the mail. Orders and spend are from 0 to 10,000.
    k : int
        From 2 to 4 groups.

    Examples
    --------
    >>> customers, k = break_segmentation("before_and_after")
    >>> 4 <= len(customers) <= 8
    True
    """
    customers = [
        (1, 10.0, 1, 1, 9.0),
        (1, 11.0, 0, 0, 3.0),
        (9, 90.0, 1, 0, 1.0),
        (9, 99.0, 0, 0, 5.0),
    ]
    if defect == "unscaled":
        # Orders tell two kinds of customers apart; money in dollars drowns them.
        spends = ((1, 300.0), (1, 900.0), (90, 310.0), (90, 890.0))
        customers = [(n, s, *rest[2:]) for (n, s), rest in zip(spends, customers, strict=True)]
    if defect == "no_logarithm":
        # One giant makes all others look alike.
        spends = ((1, 10.0), (1, 11.0), (30, 300.0), (40, 9000.0))
        customers = [(n, s, *rest[2:]) for (n, s), rest in zip(spends, customers, strict=True)]
    if defect == "numbers_of_one_run":
        customers = customers[::-1]
    return customers, 2


def assign_segments(profile: pd.DataFrame) -> pd.Series:
    """Name the segment of each customer by rules that a marketer can read.

    The first rule that holds decides:

    1. ``champions``: R, F and M are all 4 or more;
    2. ``loyal``: F is 4 or more and R is 3 or more;
    3. ``at risk``: R is 2 or less, and F or M is 4 or more;
    4. ``recent``: R is 4 or more;
    5. ``lost``: R is 2 or less;
    6. ``other``: whoever is left.

    Parameters
    ----------
    profile : DataFrame
        Columns ``R``, ``F`` and ``M``: scores from 1 to 5, as `rfm_scores` of chapter 1 makes
        them, and perhaps more columns. A score may be missing (NaN, or ``<NA>`` in a nullable
        column); a missing score satisfies no condition. ``profile`` is not changed, and it may be
        empty.

    Returns
    -------
    segment : Series of str
        Exactly one segment for each row, with the index of ``profile``, whose labels may repeat.

    Examples
    --------
    The first is a champion and would also be loyal and recent; the second was worth much.

    >>> profile = pd.DataFrame({"R": [5, 1, 3], "F": [4, 2, 1], "M": [4, 5, 2]}, index=[7, 8, 9])
    >>> assign_segments(profile).to_dict()
    {7: 'champions', 8: 'at risk', 9: 'other'}
    """
    R, F, M = (profile[score].astype(float) for score in "RFM")
    rules = {
        "champions": (R >= 4) & (F >= 4) & (M >= 4),
        "loyal": (F >= 4) & (R >= 3),
        "at risk": (R <= 2) & ((F >= 4) | (M >= 4)),
        "recent": R >= 4,
        "lost": R <= 2,
    }
    return pd.Series(np.select(list(rules.values()), list(rules), "other"), index=profile.index)


def winback_itt(df: pd.DataFrame) -> float:
    """Effect of a win-back offer by intention to treat, in USD per customer.

    The arguments are left as they are.

    Parameters
    ----------
    df : DataFrame
        A row for each customer of a randomised test: ``assigned`` (bool, decided at random),
        ``opened`` (bool, whether the offer was opened: the customer decides), ``before`` and
        ``after`` (USD spent in equal periods before and after the start). NaN in ``after`` is a
        customer without an order, who spent 0. Labels of the index may repeat. ``df`` is not
        changed.

    Returns
    -------
    effect : float
        The mean of ``after`` over *all* who were assigned, less the mean over all who were not.
        NaN when one of the two groups is empty.

    Examples
    --------
    Assigned: (6 + 0) / 2 = 3, because one of them bought nothing. Not assigned: 2.

    >>> df = pd.DataFrame(
    ...     {
    ...         "assigned": [True, True, False],
    ...         "opened": [True, False, False],
    ...         "before": [1.0, 1.0, 1.0],
    ...         "after": [6.0, np.nan, 2.0],
    ...     }
    ... )
    >>> winback_itt(df)
    1.0
    """
    assigned = df["assigned"].astype(bool)
    after = df["after"].astype(float).fillna(0.0)
    return float(after[assigned].mean() - after[~assigned].mean())


def migration_matrix(seg0: pd.Series, seg1: pd.Series, order: Sequence[str]) -> pd.DataFrame:
    """Where the customers of each segment are one period later.

    The arguments are left as they are.

    Parameters
    ----------
    seg0, seg1 : Series of str
        The segment of each customer in the first and in the second period; the index names the
        customers, in any order. A customer who is missing from ``seg1`` is gone. A customer who is
        missing from ``seg0`` is new and does not count. Neither series is changed.
    order : sequence of str
        All segments, in the order in which to show them. Some may be empty.

    Returns
    -------
    shares : DataFrame, index ``order``, columns ``order`` and then ``gone``
        Of the customers who were in the segment of the row, the share that is in that of the
        column. A row sums to 1, or is all 0 for a segment that was empty.

    Examples
    --------
    Of two good customers one is now poor and one is gone; ``d`` is new.

    >>> seg0 = pd.Series({"a": "good", "b": "good", "c": "poor"})
    >>> seg1 = pd.Series({"d": "good", "c": "poor", "a": "poor"})
    >>> migration_matrix(seg0, seg1, ["good", "poor"]).to_dict("list")
    {'good': [0.0, 0.0], 'poor': [0.5, 1.0], 'gone': [0.5, 0.0]}
    """
    now = seg1.astype(object).reindex(seg0.index).fillna("gone")
    counts = pd.crosstab(
        seg0.astype(object).to_numpy(), now.to_numpy(), rownames=["from"], colnames=["to"]
    )
    counts = counts.reindex(index=list(order), columns=[*order, "gone"], fill_value=0)
    return counts.div(counts.sum(axis=1).clip(lower=1), axis=0)


def retention_curve(activity: pd.DataFrame, horizon: int, end: int) -> np.ndarray:
    """Share of customers who are active 0, 1, ... ``horizon`` periods after their first period.

    Parameters
    ----------
    activity : DataFrame
        Columns ``customer_id`` and ``period`` (int): a row for each order, so that a customer may
        have several in a period. Rows may come in any order, labels of the index may repeat, and
        there may be rows of periods after ``end``. ``activity`` is not changed.
    horizon : int
        How far to look, 0 or more.
    end : int
        The last period that was observed completely.

    Returns
    -------
    curve : ndarray, shape (horizon + 1,)
        Element ``h``: of all customers whose *whole* horizon was observed (first period plus
        ``horizon`` is at most ``end``), the share with an order ``h`` periods after the first one.
        The same customers stand behind every element; element 0 is 1. All NaN when nobody was
        observed that long.

    Examples
    --------
    Customer 1 comes back after two periods. Customer 2 was followed for one period only, so she
    does not count.

    >>> activity = pd.DataFrame({"customer_id": [1, 1, 1, 2], "period": [0, 0, 2, 1]})
    >>> retention_curve(activity, horizon=2, end=2).tolist()
    [1.0, 0.0, 1.0]
    """
    known = activity.loc[activity["period"] <= end, ["customer_id", "period"]].drop_duplicates()
    first = known.groupby("customer_id")["period"].transform("min")
    age = (known["period"] - first)[first + horizon <= end]
    n_customers = (age == 0).sum()
    if n_customers == 0:
        return np.full(horizon + 1, np.nan)
    return np.bincount(age[age <= horizon], minlength=horizon + 1) / n_customers


def kill_retention(fn: Callable[..., np.ndarray]) -> bool:
    """Test an implementation of `retention_curve`: True if it is right, False if it is wrong.

    Your test is run on several right implementations and on eight wrong ones, each with one planted
    mistake. Your test must accept every right one and reject at least seven of the eight. If your
    test raises an exception, that counts as a rejection.

    Parameters
    ----------
    fn : callable
        ``fn(activity, horizon, end)``, with the contract of `retention_curve`. It may return a
        list, an array or a series; none of the three is wrong.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> kill_retention(retention_curve)
    True
    >>> kill_retention(lambda activity, horizon, end: np.ones(horizon + 1))
    False
    """
    # 1 skips a period, 2 buys twice in one, 3 leaves, 4 comes too late, 5 only after the end.
    customers = [1, 1, 2, 2, 2, 2, 3, 4, 4, 5, 6, 6]
    periods = [3, 5, 4, 5, 5, 7, 3, 6, 7, 8, 4, 8]
    activity = pd.DataFrame({"customer_id": customers, "period": periods})
    # Of 1, 2, 3 and 6 the first period is 3 or 4; nobody has six periods until 7.
    known = {3: [1.0, 0.25, 0.25, 0.25], 6: [np.nan] * 7}
    return all(
        np.allclose(
            np.asarray(fn(activity.copy(), horizon, 7), dtype=float), expected, equal_nan=True
        )
        for horizon, expected in known.items()
    )


def kmeans_segments(df: pd.DataFrame, k: int, seed: int = 0) -> pd.Series:
    """Segment customers by k-means, with numbers that mean the same in each run.

    Parameters
    ----------
    df : DataFrame
        Columns ``recency``, ``frequency`` and ``monetary``, each 0 or more; other columns, such as
        the number of a customer, are not used. It is not changed.
    k : int
        How many segments, at most as many as there are different customers.
    seed : int
        Where k-means starts: the best of at least 10 starts is kept.

    Returns
    -------
    segment : Series of int, with the index of ``df``
        K-means (Euclidean) on ``log1p`` of the three columns, each standardised over all rows; a
        constant column becomes 0. Segments are numbered from 0 to ``k - 1`` by the
        mean of ``monetary`` in USD over their customers, lowest first. No two segments have the
        same mean, and no other grouping is as good as the best one.

    Examples
    --------
    >>> df = pd.DataFrame(
    ...     {"recency": [2, 90, 3, 80], "frequency": [9, 1, 8, 1], "monetary": [99, 9, 80, 8]},
    ...     index=["a", "b", "c", "d"],
    ... )
    >>> kmeans_segments(df, k=2).to_dict()
    {'a': 1, 'b': 0, 'c': 1, 'd': 0}
    """
    X = np.log1p(df[["recency", "frequency", "monetary"]].to_numpy(dtype=float))
    spread = X.std(axis=0)
    X = (X - X.mean(axis=0)) / np.where(spread > 1e-12, spread, 1.0)
    runs = KMeans(n_clusters=k, n_init=10, random_state=seed).fit_predict(X)
    value = df["monetary"].groupby(runs).mean()
    return pd.Series(value.rank(method="first").astype(int)[runs].to_numpy() - 1, index=df.index)


def bootstrap_stability(
    X: np.ndarray, fit_predict: Callable[[np.ndarray], np.ndarray], n: int, seed: int
) -> float:
    """How similar the segments of a resample are to the segments of all customers.

    The arguments are left as they are.

    Parameters
    ----------
    X : ndarray, shape (n_rows, n_features)
    fit_predict : callable
        ``fit_predict(X)`` clusters the rows of ``X`` and returns a label for each. The names of the
        labels mean nothing, and may change from call to call.
    n : int
        How many resamples, at least 1.
    seed : int
        The same seed gives the same value.

    Returns
    -------
    stability : float
        The mean over ``n`` bootstrap resamples (as many rows as ``X``, drawn with replacement) of
        the adjusted Rand index between the labels that the drawn rows get when all of ``X`` is
        clustered, and those they get when the resample alone is. 1 for the same segments, about 0
        for segments that have nothing in common.

    Notes
    -----
    Hubert and Arabie, "Comparing partitions" (1985), for the index; Hennig, "Cluster-wise
    assessment of cluster stability" (2007), for the idea.

    Examples
    --------
    Two groups with nothing in between are found in every resample.

    >>> X = np.array([[i + 100 * (i > 9)] for i in range(20)])
    >>> bootstrap_stability(X, lambda X: X[:, 0] > 50, n=5, seed=0)
    1.0
    """
    rng = np.random.default_rng(seed)
    whole = np.asarray(fit_predict(X))
    draws = (rng.integers(0, len(X), len(X)) for _ in range(n))
    return float(np.mean([adjusted_rand_score(whole[d], fit_predict(X[d])) for d in draws]))


def bgnbd_neg_log_likelihood(
    params: Sequence[float], x: np.ndarray, t_x: np.ndarray, T: np.ndarray
) -> float:
    r"""Negative log-likelihood of the BG/NBD model, summed over customers.

    While active, a customer buys at a rate that is gamma distributed over customers (shape
    :math:`r`, rate :math:`\alpha`). After each *repeat* purchase she leaves with a probability that
    is beta distributed (:math:`a, b`). Equation 6 of Fader, Hardie and Lee (2005); computed as it
    is printed, it overflows:

    .. math:: L = \frac{B(a, b + x)}{B(a, b)}
              \frac{\Gamma(r + x)\,\alpha^r}{\Gamma(r)\,(\alpha + T)^{r + x}}
              + \delta_{x > 0} \frac{B(a + 1, b + x - 1)}{B(a, b)}
              \frac{\Gamma(r + x)\,\alpha^r}{\Gamma(r)\,(\alpha + t_x)^{r + x}}

    The arguments are left as they are.

    Parameters
    ----------
    params : sequence of float
        ``r, alpha, a, b``, all above 0.
    x : ndarray of int, shape (n,)
        Repeat purchases: days with an order, without the first.
    t_x : ndarray, shape (n,)
        Time from the first to the last purchase; 0 where ``x`` is 0.
    T : ndarray, shape (n,)
        Time from the first purchase to the end of observation, in the same unit as ``t_x``.

    Returns
    -------
    nll : float
        Finite also for customers with thousands of purchases. 0 for no customers.

    Examples
    --------
    For a customer without a repeat purchase only the first term is left: (4 / (4 + 12)) ** 0.5 is
    1/2, and -log(1/2) is

    >>> params = (0.5, 4.0, 1.0, 2.0)
    >>> round(bgnbd_neg_log_likelihood(params, np.array([0]), np.array([0]), np.array([12])), 4)
    0.6931

    With one at time 5 of 12: 2/3 x 1/2 x 1/2 x 1/16 + 1/3 x 1/2 x 2/3 x 1/9 = 59/2592.

    >>> round(bgnbd_neg_log_likelihood(params, np.array([1]), np.array([5]), np.array([12])), 4)
    3.7826
    """
    x, t_x, T = (np.asarray(values, dtype=float) for values in (x, t_x, T))
    return -float(_bgnbd_log_likelihoods(params, x, t_x, T)[0].sum())


def _bgnbd_log_likelihoods(
    params: Sequence[float], x: np.ndarray, t_x: np.ndarray, T: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log-likelihood of each customer, and the log odds that she has left."""
    r, alpha, a, b = params
    buying = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    staying = special.betaln(a, b + x) - special.betaln(a, b) - (r + x) * np.log(alpha + T)
    # The second term over the first. Without a repeat purchase nobody has left: odds of 0.
    leaving = np.log(a) - np.log(b + np.maximum(x, 1) - 1)
    odds = leaving + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
    odds = np.where(x > 0, odds, -np.inf)
    return buying + staying + np.logaddexp(0, odds), odds


def ziln_loss(y: np.ndarray, logit: np.ndarray, mu: np.ndarray, sigma: float | np.ndarray) -> float:
    """Mean negative log-likelihood of zero-inflated lognormal spend (ZILN).

    A customer spends something with a probability whose log-odds are ``logit``. If she spends, the
    natural logarithm of her spend is normal with mean ``mu`` and standard deviation ``sigma``.

    The arguments are left as they are.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Spend, 0 or more. There is at least one customer.
    logit, mu : ndarray, shape (n,)
        Log-odds are any finite numbers, 900 and -900 too; ``mu`` is from -100 to 100.
    sigma : float or ndarray, shape (n,)
        Above 0: one number, or one for each customer.

    Returns
    -------
    loss : float
        The mean over *all* customers. For a customer who spends it contains the density of her
        spend itself (not that of its logarithm). Finite for finite input.

    Notes
    -----
    Wang, Liu and Miao, "A deep probabilistic model for customer lifetime value prediction" (2019).

    Examples
    --------
    Log-odds of 0 are a probability of 1/2. The first customer spends nothing: log 2. The second
    spends e, whose logarithm is her mean: log 2, and 1 + log(2 pi) / 2 for the density of e.

    >>> y, zero, mu = np.array([0.0, np.e]), np.zeros(2), np.array([0.0, 1.0])
    >>> round(ziln_loss(y, zero, mu, 1.0), 4)
    1.6526
    """
    spend, z, centre = (np.asarray(v, dtype=float) for v in (y, logit, mu))
    spread = np.broadcast_to(np.asarray(sigma, dtype=float), spend.shape)
    buys = spend > 0
    # -log P(buys) is log(1 + exp(-z)), -log P(does not) is log(1 + exp(z)).
    loss = np.logaddexp(0, np.where(buys, -z, z))
    log_y = np.log(spend[buys])
    distance = (log_y - centre[buys]) / spread[buys]
    loss[buys] += log_y + np.log(spread[buys]) + 0.5 * np.log(2 * np.pi) + 0.5 * distance**2
    return float(loss.mean())


def normalised_gini(y: np.ndarray, score: np.ndarray) -> float:
    """How well a score sorts customers by their spend: 1 is perfect, about 0 is random.

    Sort customers by the score, highest first, and draw the share of all money that the first k of
    them spend, for k from 1 to n. A better order gives a higher curve. For the Gini, take twice
    the mean height of the curve, and subtract what this would be if all customers spent alike. The
    result is the Gini of the score's order, divided by that of the best order: the one by spend
    itself.

    The arguments are left as they are.

    Parameters
    ----------
    y : ndarray, shape (n,)
        Spend, 0 or more.
    score : ndarray, shape (n,)
        Any scale, negative numbers too; higher is better. Customers with equal scores share their
        money equally, so that the order of rows does not change the result.

    Returns
    -------
    gini : float
        From -1 to 1. NaN if nobody spends, if all spend the same, and for no customers.

    Examples
    --------
    By score the shares are 9/12, 9/12, 12/12, 12/12. Twice their mean is 1.75; if all spent the
    same it would be 1.25: 0.5. The best order has 9/12, 12/12, 12/12, 12/12: 1.875 - 1.25 = 0.625.

    >>> round(normalised_gini(np.array([9, 0, 3, 0]), np.array([4, 3, 2, 1])), 4)
    0.8
    """
    spend, value = np.asarray(y, dtype=float), np.asarray(score, dtype=float)
    if len(spend) == 0 or spend.min() == spend.max():
        return float("nan")
    return _gini(spend, value) / _gini(spend, spend)


def _gini(spend: np.ndarray, score: np.ndarray) -> float:
    _, group = np.unique(-score, return_inverse=True)
    shared = (np.bincount(group, spend) / np.bincount(group))[np.sort(group)]
    n = len(spend)
    return 2 * float(np.mean(shared.cumsum() / spend.sum())) - 1 - 1 / n


def payback_month(
    spend: Sequence[float], margin: float, cac: float, rate: float = 0.0
) -> int | None:
    """The month in which a customer has paid back what it cost to acquire her.

    The arguments are left as they are.

    Parameters
    ----------
    spend : sequence of float
        Her spend in month 1, 2, ... after she was acquired, USD, 0 or more.
    margin : float
        The share of spend that the shop earns, 0 to 1.
    cac : float
        What it cost to acquire her (customer acquisition cost), USD. Where the margin so far is
        exactly ``cac``, all amounts are binary fractions (such as 0.25) and ``rate`` is 0, so that
        floats add them up without rounding.
    rate : float
        Discount rate per *year*: 1 USD of month m is worth 1 / (1 + rate) ** (m / 12) USD today.

    Returns
    -------
    month : int or None
        The first month after which the discounted margin so far is at least ``cac``. 0 if ``cac``
        is 0 or less. None if this does not happen in the months given.

    Examples
    --------
    The margins are 12, 6 and 6 USD. After two months they add up to 18, after three to 24.

    >>> payback_month([40, 20, 20], margin=0.3, cac=20)
    3
    """
    if cac <= 0:
        return 0
    earned = 0.0
    for month, money in enumerate(spend, start=1):
        earned += margin * float(money) / (1 + rate) ** (month / 12)
        if earned >= cac - 1e-9:
            return month
    return None


def survival_curve(days: np.ndarray, left: np.ndarray, horizon: int) -> np.ndarray:
    """Share of users who are still there after 0, 1, ... ``horizon`` days, by Kaplan and Meier.

    Some users had not left when the observation ended: all that is known is that they stayed at
    least so long. They count as present up to their last observed day, and not after it.

    The arguments are left as they are.

    Parameters
    ----------
    days : ndarray of int, shape (n,)
        Days from joining to leaving, or to the end of observation; 1 or more.
    left : ndarray of bool, shape (n,)
        Whether the user left on that day. False: the observation ended.
    horizon : int
        0 or more.

    Returns
    -------
    curve : ndarray, shape (horizon + 1,)
        Element d is the product, over the days up to d, of the share that did *not* leave among
        those who were still observed on that day. A user whose observation ended on a day was
        still observed on it. After the last day on which somebody is observed, NaN. Element 0
        is 1, also without any user.

    Examples
    --------
    One of four leaves on day 1. Of the three left, one is observed until day 1 only. One of the
    other two leaves on day 2: 3/4, and 3/4 x 1/2. The last one leaves on day 3.

    >>> days, left = np.array([1, 1, 2, 3]), np.array([True, False, True, True])
    >>> survival_curve(days, left, horizon=3).tolist()
    [1.0, 0.75, 0.375, 0.0]
    """
    lasted, gone = np.asarray(days, dtype=int), np.asarray(left, dtype=bool)
    curve = np.ones(horizon + 1)
    for day in range(1, horizon + 1):
        observed = (lasted >= day).sum()
        leaving = (gone & (lasted == day)).sum()
        curve[day] = curve[day - 1] * (1 - leaving / observed) if observed else np.nan
    return curve


def predict_spend(orders: pd.DataFrame, customers: np.ndarray, weeks: int) -> np.ndarray:
    """What each customer of a SIMULATED shop will spend in the ``weeks`` after day 272.

    Three scores are taken on the 39 weeks that follow, each worth the same: the total
    (as the logarithm of predicted over actual), Spearman's rank correlation, and the share of all
    money that the tenth of customers with the highest predictions spends. For each score, points
    rise from 0 at the forecast "each customer spends as much as she has spent so far"; 65 % of the
    way from there to the reference earns all of its points. A score that is worse than this
    forecast's earns 0, and a good one does not make up for it. The reference is BG/NBD for orders
    times Gamma-Gamma for their value. The shop is like CDNOW; how often its customers buy and how
    soon they leave differs from run to run.

    Parameters
    ----------
    orders : DataFrame
        Columns ``customer_id``, ``day`` (int, from 0; the period ends with day 272, week 39) and
        ``value``, a row for each customer and day. The currency differs from run to run. It is not
        changed.
    customers : ndarray of int, shape (n,)
        The customers to predict for. All of them have orders in the table.
    weeks : int
        How long to look ahead, 39 in marking.

    Returns
    -------
    spend : array_like of float, shape (n,)
        In the order of ``customers``: finite, 0 or more, and not all 0.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {"customer_id": [1, 1, 1, 2, 3, 3], "day": [0, 90, 260, 3, 5, 20], "value": [9.0] * 6}
    ... )
    >>> spend = predict_spend(orders, np.array([1, 3]), 39)
    >>> bool(spend[0] > spend[1] >= 0)
    True
    """
    last_day = 7 * (orders["day"].max() // 7 + 1) - 1
    by_customer = orders.groupby("customer_id")
    days = by_customer["day"].agg(["min", "max", "count"]).loc[customers]
    x = days["count"].to_numpy(dtype=float) - 1
    t_x = (days["max"] - days["min"]).to_numpy() / 7
    T = (last_day - days["min"]).to_numpy() / 7
    n_orders = _expected_orders(_fit_bgnbd(x, t_x, T), x, t_x, T, weeks)
    paid = orders[orders["value"] > 0].groupby("customer_id")["value"]
    mean = paid.mean().reindex(customers, fill_value=0.0).to_numpy()
    return n_orders * _expected_value(
        paid.count().reindex(customers, fill_value=0).to_numpy(), mean
    )


def _fit_bgnbd(x: np.ndarray, t_x: np.ndarray, T: np.ndarray) -> np.ndarray:
    """``r, alpha, a, b`` of the largest likelihood, by its gradient in their logarithms.

    Customers with the same history have the same likelihood, so each history is computed once; and
    the gamma functions depend on ``x`` alone, of which there are few different values.
    """
    histories = pd.DataFrame({"x": x, "t_x": t_x, "T": T}).groupby(["x", "t_x", "T"], sort=False)
    count = histories.size().reset_index(name="count")
    x, t_x, T, count = count.to_numpy(dtype=float).T
    n, of_x = np.unique(x, return_inverse=True)
    weight = count / count.sum()
    weight_n = np.bincount(of_x, weight)
    psi = special.digamma

    def loss(logs: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha, a, b = params = np.exp(logs)
        log_T = np.log(alpha + T)
        faster = log_T - np.log(alpha + t_x)
        of_n = special.gammaln(r + n) - special.gammaln(r) + r * logs[1]
        of_n += special.betaln(a, b + n) - special.betaln(a, b)
        earlier = b + np.maximum(n, 1) - 1
        odds = np.where(n > 0, logs[2] - np.log(earlier), -np.inf)[of_x] + (r + x) * faster
        mean = weight_n @ of_n + weight @ (np.logaddexp(0, odds) - (r + x) * log_T)
        gone = weight * special.expit(odds)
        gone_n = np.bincount(of_x, gone)
        of_a = weight_n @ (psi(a + b) - psi(a + b + n))
        slopes = np.array(
            [
                weight_n @ psi(r + n) - psi(r) + logs[1] - weight @ log_T + gone @ faster,
                r / alpha - (r + x) @ ((weight - gone) / (alpha + T) + gone / (alpha + t_x)),
                of_a + gone.sum() / a,
                of_a + weight_n @ psi(b + n) - psi(b) - gone_n @ (1 / earlier),
            ]
        )
        return -mean, -slopes * params

    bounds = [(-7, 7)] * 4  # without repeat purchases the likelihood has no maximum
    return np.exp(optimize.minimize(loss, np.zeros(4), jac=True, bounds=bounds).x)


def _expected_orders(
    params: np.ndarray, x: np.ndarray, t_x: np.ndarray, T: np.ndarray, t: float
) -> np.ndarray:
    """Orders in the next ``t``, given a history: equation 10 of Fader, Hardie and Lee (2005)."""
    r, alpha, a, b = params
    a = a + 1e-9 * (a == 1)  # the limit is finite, the formula divides by a - 1
    left = ((alpha + T) / (alpha + T + t)) ** (r + x)
    left *= special.hyp2f1(r + x, b + x, a + b + x - 1, t / (alpha + T + t))
    _, odds = _bgnbd_log_likelihoods((r, alpha, a, b), x, t_x, T)
    return (a + b + x - 1) / (a - 1) * (1 - left) * special.expit(-odds)


def _expected_value(n: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Value of a customer's next order, given the mean of ``n`` so far, by Gamma-Gamma.

    A customer with few orders is drawn towards the mean of all, one with many hardly.
    """
    unit = mean[n > 0].mean()
    m, k = mean[n > 0] / unit, n[n > 0]

    def loss(logs: np.ndarray) -> float:
        p, q, v = np.exp(logs)
        each = special.gammaln(p * k + q) - special.gammaln(p * k) - special.gammaln(q)
        each += q * np.log(v) + (p * k - 1) * np.log(m) + p * k * np.log(k)
        return -float(np.mean(each - (p * k + q) * np.log(k * m + v)))

    bounds = [(-7, 7), (0.1, 7), (-7, 7)]  # q above 1, so that a mean exists
    p, q, v = np.exp(optimize.minimize(loss, np.ones(3), method="L-BFGS-B", bounds=bounds).x)
    return unit * p * (v + n * mean / unit) / (p * n + q - 1)
