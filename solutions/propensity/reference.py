"""Who redeems a coupon, and whom to send one.

Sources: Cox, "The regression analysis of binary sequences" (1958), for logistic regression; Brier,
"Verification of forecasts expressed in terms of probability" (1950); Naeini, Cooper and Hauskrecht,
"Obtaining well calibrated probabilities using Bayesian binning" (AAAI 2015), for the expected
calibration error; Elkan, "The foundations of cost-sensitive learning" (IJCAI 2001), for the
threshold that follows from costs.
"""

import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler


def break_persona(
    defect: str,
) -> tuple[list[tuple[int, int, int, int]], list[tuple[int, int, int]], int]:
    """Return a history on which a persona with one known defect is wrong.

    The correct ``persona(sent, redeemed, today)`` has a row ``[household, n_sent, n_redeemed]`` for
    each household that is sent a campaign which starts ``today``, by household: in how many
    campaigns that ended before ``today`` it was, and in how many of these it redeemed a coupon.

    Parameters
    ----------
    defect : str
        One of

        - ``"coupons_counted"``: whoever redeems two coupons of a campaign has redeemed twice;
        - ``"future_known"``: campaigns count whenever they end, the one that starts today too;
        - ``"unfinished_campaigns"``: campaigns that started before today count, ended or not;
        - ``"any_campaign"``: whoever ever redeemed a coupon has redeemed in each of its campaigns;
        - ``"newcomers_dropped"``: a household without an earlier campaign has no row;
        - ``"last_day_forgotten"``: a campaign that ended yesterday does not count yet.

    Returns
    -------
    sent : list of (int, int, int, int)
        Household, campaign, first day and last day; at most 8 rows, and no pair of household and
        campaign twice. A campaign has the same days for everybody.
    redeemed : list of (int, int, int)
        Household, campaign and day; at most 8 coupons, each between the first and the last day of
        a campaign that the household was sent.
    today : int
        The day of the decision, on which at least one campaign starts.

    Examples
    --------
    >>> sent, redeemed, today = break_persona("coupons_counted")
    >>> len(redeemed) <= 8
    True
    """
    today = 100
    sent = [(1, 7, 50, 80), (1, 9, 100, 130)]
    if defect == "coupons_counted":
        return sent, [(1, 7, 60), (1, 7, 61)], today
    if defect == "unfinished_campaigns":
        return [*sent, (1, 8, 90, 110)], [], today
    if defect == "any_campaign":
        return [*sent, (1, 6, 40, 45)], [(1, 7, 60)], today
    if defect == "newcomers_dropped":
        return [*sent, (2, 9, 100, 130)], [], today
    if defect == "last_day_forgotten":
        return [*sent, (1, 8, 90, 99)], [], today
    return sent, [(1, 9, 105)], today


def build_labels(
    campaigns: pd.DataFrame, desc: pd.DataFrame, redemptions: pd.DataFrame
) -> pd.DataFrame:
    """Who redeemed, one row for each household that was sent a campaign.

    Parameters
    ----------
    campaigns : DataFrame
        ``household_id`` and ``campaign_id``: who was sent what, each pair once.
    desc : DataFrame
        ``campaign_id``, ``start_date`` and ``end_date``; both days belong to the campaign.
    redemptions : DataFrame
        ``household_id``, ``campaign_id`` and ``redemption_date``, a row for each coupon.

    Returns
    -------
    labels : DataFrame
        The rows of ``campaigns`` in their order, whatever the index, with ``household_id``,
        ``campaign_id`` and ``y``: 1 if the household redeemed at least one coupon of *this*
        campaign between its first and its last day, else 0. Nobody else has a row.

    Examples
    --------
    Household 1 redeems two coupons; household 2 redeems one too late; household 3 none.

    >>> campaigns = pd.DataFrame({"household_id": [1, 2, 3], "campaign_id": [8, 8, 8]})
    >>> start, end = pd.Timestamp("2017-05-08"), pd.Timestamp("2017-06-25")
    >>> desc = pd.DataFrame({"campaign_id": [8], "start_date": [start], "end_date": [end]})
    >>> dates = pd.to_datetime(["2017-05-08", "2017-05-20", "2017-06-26"])
    >>> redemptions = pd.DataFrame(
    ...     {"household_id": [1, 1, 2], "campaign_id": [8, 8, 8], "redemption_date": dates}
    ... )
    >>> build_labels(campaigns, desc, redemptions)["y"].tolist()
    [1, 0, 0]
    """
    pair = ["household_id", "campaign_id"]
    dated = redemptions.merge(desc, on="campaign_id")
    in_time = dated["redemption_date"].between(dated["start_date"], dated["end_date"])
    positive = dated.loc[in_time, pair].drop_duplicates().assign(y=1)
    labels = campaigns[pair].merge(positive, on=pair, how="left")
    return labels.fillna({"y": 0}).astype({"y": int})


def asof_features(tx: pd.DataFrame, targets: pd.DataFrame, lookback: int) -> pd.DataFrame:
    """What was known of a household when its campaign began.

    Parameters
    ----------
    tx : DataFrame
        Lines of baskets: ``household_id``, ``basket_id``, ``day``, ``sales_value`` (USD) and
        ``coupon_disc`` (USD, above 0 where a coupon was used). A basket has one day.
    targets : DataFrame
        ``household_id`` and ``start_date``, a row for each campaign that a household was sent; a
        household may have several rows, with the same start or different ones. Other columns are
        ignored.
    lookback : int
        How many days count: ``start_date - lookback``, ..., ``start_date - 1``, each row with a
        start of its own. The start itself is the future.

    Returns
    -------
    features : DataFrame
        A row for each of ``targets``, in their order and with their index: ``baskets`` (different
        ones), ``sales`` (USD), ``coupons`` (lines on which a coupon was used) and ``recency`` (days
        from the last purchase to the start). For a household that bought nothing in these days
        0, 0, 0 and ``lookback``.

    Examples
    --------
    The purchase on the day of the start does not count, nor does the one 31 days before.

    >>> days = pd.to_datetime(["2017-04-07", "2017-05-01", "2017-05-01", "2017-05-08"])
    >>> tx = pd.DataFrame({"household_id": 1, "basket_id": [10, 11, 11, 12], "day": days})
    >>> tx = tx.assign(sales_value=[9.0, 2.0, 3.0, 7.0], coupon_disc=[0.0, 0.5, 0.0, 1.0])
    >>> start = pd.Timestamp("2017-05-08")
    >>> targets = pd.DataFrame({"household_id": [1, 2], "start_date": [start, start]})
    >>> asof_features(tx, targets, 30).to_numpy().tolist()
    [[1.0, 5.0, 1.0, 7.0], [0.0, 0.0, 0.0, 30.0]]
    """
    lines = tx.assign(coupons=tx["coupon_disc"] > 0).rename(columns={"sales_value": "sales"})
    baskets = lines.groupby(["household_id", "basket_id", "day"])[["sales", "coupons"]].sum()
    rows = targets[["household_id", "start_date"]].assign(row=range(len(targets)))
    dated = rows.merge(baskets.reset_index(), on="household_id")
    dated["recency"] = (dated["start_date"] - dated["day"]).dt.days
    by_row = dated[dated["recency"].between(1, lookback)].groupby("row")
    features = by_row[["sales", "coupons"]].sum()
    features = features.assign(baskets=by_row.size(), recency=by_row["recency"].min())
    features = features[["baskets", "sales", "coupons", "recency"]].reindex(range(len(targets)))
    features = features.fillna({"recency": lookback}).fillna(0).astype(float)
    return features.set_axis(targets.index)


def kill_asof(fn) -> bool:
    """Test an implementation of `asof_features`: True if it is right, False if it is wrong.

    Your test is tried on right implementations, each written differently, and on nine wrong ones,
    each with one planted mistake. It must accept every right one and reject at least seven of the
    nine. An exception that leaves your test counts as a rejection. A right one may have its columns
    in another order, and whole numbers or floats.

    Parameters
    ----------
    fn : callable
        ``fn(tx, targets, lookback)``, with the contract of `asof_features`.

    Returns
    -------
    verdict : bool

    Examples
    --------
    >>> kill_asof(asof_features)
    True
    >>> kill_asof(lambda tx, targets, lookback: asof_features(tx, targets, lookback + 1))
    False
    """
    first, second = pd.Timestamp("2017-05-08"), pd.Timestamp("2017-05-20")
    ages = np.array([-5, 0, 0, 1, 10, 10, 11])
    tx = pd.DataFrame(
        {
            "household_id": [1, 1, 4, 1, 1, 1, 1],
            "basket_id": [1, 2, 6, 3, 4, 4, 5],
            "day": first - pd.to_timedelta(ages, unit="D"),
            "sales_value": [64.0, 32.0, 3.0, 16.0, 8.0, 4.0, 2.0],
            "coupon_disc": [0.5, 0.0, 0.0, 0.0, 0.75, 0.25, 0.5],
        }
    )
    targets = pd.DataFrame(
        {"household_id": [1, 3, 1, 4], "start_date": [second, first, first, second]},
        index=[20, 10, 30, 40],
    )
    short = [[1, 64, 1, 7], [0, 0, 0, 10], [2, 28, 2, 1], [0, 0, 0, 10]]
    long = [[2, 96, 1, 7], [0, 0, 0, 12], [3, 30, 3, 1], [1, 3, 0, 12]]
    columns = ["baskets", "sales", "coupons", "recency"]
    for lookback, expected in ((10, short), (12, long)):
        got = fn(tx, targets, lookback)
        if list(got.index) != [20, 10, 30, 40] or not np.allclose(got[columns], expected):
            return False
    return True


def positive_proba(X: np.ndarray, y: list, X_new: np.ndarray, positive: str | int) -> np.ndarray:
    """The probability of one label, from scikit-learn's `LogisticRegression`.

    Parameters
    ----------
    X : ndarray, shape (n, n_features)
        Customers to learn from.
    y : list of str or int, length n
        Their labels, two or more different ones.
    X_new : ndarray, shape (n_new, n_features) or (n_features,)
        Customers to ask about; one customer may come as a single row without a second dimension.
    positive : str or int
        The label whose probability is wanted; it occurs in ``y``.

    Returns
    -------
    proba : ndarray, shape (n_new,)
        P(``positive``) for each new customer, by ``LogisticRegression()`` with its defaults, fitted
        on ``X`` and ``y``. Shape (1,) for a single customer.

    Examples
    --------
    Who opened the app bought. For somebody who did, "buy" must be the more likely label, though it
    comes first in the alphabet.

    >>> X, y = np.array([[1], [0], [1], [0]]), ["buy", "no", "buy", "no"]
    >>> positive_proba(X, y, np.array([1]), "buy").round(2).tolist()
    [0.6]
    >>> positive_proba(X, y, np.array([[1], [0]]), "no").round(2).tolist()
    [0.4, 0.6]
    """
    model = LogisticRegression().fit(X, y)
    column = list(model.classes_).index(positive)
    return model.predict_proba(np.atleast_2d(X_new))[:, column]


def logistic_loss_grad(
    w: np.ndarray, b: float, X: np.ndarray, y: np.ndarray, l2: float
) -> tuple[float, np.ndarray, float]:
    r"""The loss that logistic regression minimises, and its gradient.

    .. math:: L(w, b) = \frac1n \sum_i \left[\log(1 + e^{z_i}) - y_i z_i\right]
              + \frac{\lambda}{2} \lVert w \rVert^2, \qquad z_i = w \cdot x_i + b

    The bracket is :math:`-\log p` of what happened, where :math:`p_i = 1 / (1 + e^{-z_i})`.

    Parameters
    ----------
    w : ndarray, shape (n_features,)
        Coefficients.
    b : float
        Intercept. It is not penalised.
    X : ndarray, shape (n, n_features)
    y : ndarray of 0 and 1, shape (n,)
    l2 : float
        The penalty λ, 0 or more.

    Returns
    -------
    loss : float
        Finite also where ``z`` is in the tens of thousands.
    grad_w : ndarray, shape (n_features,)
    grad_b : float

    Examples
    --------
    With w = 0 and b = 0 every probability is 1/2: the loss is log 2, and each customer pulls by
    p - y = ±1/2.

    >>> X, y = np.array([[1.0], [3.0]]), np.array([0, 1])
    >>> loss, grad_w, grad_b = logistic_loss_grad(np.zeros(1), 0.0, X, y, l2=1.0)
    >>> round(loss, 4), grad_w.tolist(), grad_b
    (0.6931, [-0.5], 0.0)
    """
    z = X @ w + b
    residual = expit(z) - y
    # logaddexp(0, z) is log(1 + exp(z)) without the overflow.
    loss = np.mean(np.logaddexp(0, z) - y * z) + l2 / 2 * (w @ w)
    return float(loss), X.T @ residual / len(y) + l2 * w, float(residual.mean())


def lift_at(y: np.ndarray, p: np.ndarray, frac: float) -> float:
    """How many times more often the top of a list redeems than everybody.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
        Who redeemed.
    p : array_like of float, shape (n,)
        Scores, higher is likelier. They need not be probabilities.
    frac : float
        The part of the list that is its top, above 0 and at most 1: the ``n * frac`` best, rounded
        down, but at least one. Of equal scores the earlier one comes first.

    Returns
    -------
    lift : float
        The rate in the top divided by the rate of all. NaN if nobody redeemed.

    Examples
    --------
    Two of six redeemed. The best half holds both: 2/3 against 1/3.

    >>> lift_at([0, 1, 0, 1, 0, 0], [0.1, 0.9, 0.4, 0.6, 0.2, 0.3], 0.5)
    2.0
    """
    y = np.asarray(y, dtype=float)
    if y.sum() == 0:
        return float("nan")
    top = np.argsort(-np.asarray(p), kind="stable")[: max(1, int(len(y) * frac))]
    return float(y[top].mean() / y.mean())


def calibration_table(y: np.ndarray, p: np.ndarray, bins: int) -> tuple[pd.DataFrame, float]:
    r"""Whether what was promised came: predicted and observed rates, in bins of equal count.

    Parameters
    ----------
    y : array_like of 0 and 1, shape (n,)
    p : array_like of float, shape (n,)
        Predicted probabilities.
    bins : int
        How many bins. If there are fewer customers than bins, each customer is a bin.

    Returns
    -------
    table : DataFrame
        From the lowest to the highest predictions, numbered from 0: ``n``, ``predicted`` (mean
        ``p``) and ``observed`` (mean ``y``). Customers are sorted by ``p``, of equals the earlier
        one first, and cut into runs whose sizes differ by at most one, larger ones first.
    ece : float
        Expected calibration error,
        :math:`\sum_b \frac{n_b}{n} \lvert \mathrm{predicted}_b - \mathrm{observed}_b \rvert`.

    Examples
    --------
    Three customers and two bins: the lower two, of whom one redeemed, and the highest one.

    >>> table, ece = calibration_table([1, 0, 1], [0.3, 0.1, 0.7], bins=2)
    >>> table["n"].tolist(), table["observed"].tolist()
    ([2, 1], [0.5, 1.0])
    >>> round(ece, 4)
    0.3
    """
    order = np.argsort(p, kind="stable")
    runs = np.array_split(order, min(bins, len(order)))
    y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
    table = pd.DataFrame(
        {
            "n": [len(run) for run in runs],
            "predicted": [p[run].mean() for run in runs],
            "observed": [y[run].mean() for run in runs],
        }
    )
    gaps = (table["predicted"] - table["observed"]).abs()
    return table, float((table["n"] * gaps).sum() / len(order))


def choose_offers(p: np.ndarray, margin: np.ndarray, cost: float, budget: float) -> list[int]:
    """Whom to send an offer, and in which order.

    An offer costs ``cost`` whether it is redeemed or not, and brings ``margin[i]`` if customer
    ``i`` redeems: its expected value is ``p[i] * margin[i] - cost``, and above 0 only where ``p``
    is above ``cost / margin``.

    Parameters
    ----------
    p : array_like of float, shape (n,)
        Calibrated probabilities of redeeming.
    margin : array_like of float, shape (n,)
        What a redemption brings, in USD; 0 or less where it brings nothing.
    cost : float
        Of one offer, in USD, above 0.
    budget : float
        What all offers together may cost, in USD, 0 or more.

    Returns
    -------
    customers : list of int
        Numbers from 0, the highest expected value first, of equals the lower number first; only
        those above 0, and no more than the budget pays for.

    Examples
    --------
    Expected values at a cost of 1 USD: 0.5 x 4 - 1 = 1, 0.9 x 1 - 1 = -0.1 and 0.25 x 20 - 1 = 4.
    The likeliest customer is the one who must not get it.

    >>> choose_offers([0.5, 0.9, 0.25], [4, 1, 20], cost=1.0, budget=10.0)
    [2, 0]
    >>> choose_offers([0.5, 0.9, 0.25], [4, 1, 20], cost=1.0, budget=1.5)
    [2]
    """
    value = np.asarray(p, dtype=float) * np.asarray(margin, dtype=float) - cost
    best = np.argsort(-value, kind="stable")
    # Rounded, because 1.0 // 0.1 is 9: a dollar pays for ten offers of ten cents.
    affordable = int(round(budget / cost, 9))
    return best[value[best] > 0][:affordable].tolist()


def propensity_scores(train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame) -> np.ndarray:
    """The probability that each household of the last campaigns redeems a coupon.

    Learn from the campaigns that had ended by 3 October; the ones that began later are judged. The
    scores are average precision, the Brier score and the calibration error; points rise from the
    single best feature, the share of earlier campaigns in which a household redeemed, to the
    reference.

    Parameters
    ----------
    train : DataFrame, shape (n_train, n_features)
        What was known of a household when its campaign began, a row for each campaign that it was
        sent; `datasets/complete_journey.md` lists the columns, and all are numbers of 0 or more.
        Rows are shuffled anew for each run, and nothing says whose they are.
    y : ndarray of 0 and 1, shape (n_train,)
        Whether the household redeemed a coupon of that campaign.
    test : DataFrame, shape (n_test, n_features)
        The same columns for later campaigns.

    Returns
    -------
    proba : array_like of float, shape (n_test,)
        From 0 to 1, and not all the same.

    Examples
    --------
    Whoever has redeemed before is the more likely to do so again.

    >>> train = pd.DataFrame({"campaigns_redeemed": [0, 0, 0, 3, 4, 2]})
    >>> y = np.array([0, 0, 1, 1, 1, 0])
    >>> low, high = propensity_scores(train, y, pd.DataFrame({"campaigns_redeemed": [0, 3]}))
    >>> bool(low < high)
    True
    """
    scaler = StandardScaler().fit(np.log1p(train))
    model = LogisticRegression(C=0.1, max_iter=1000).fit(scaler.transform(np.log1p(train)), y)
    return model.predict_proba(scaler.transform(np.log1p(test)))[:, 1]
