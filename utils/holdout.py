"""Hold-outs by which what learners predict is scored."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pandas as pd
from scipy import optimize, sparse
from scipy.special import expit

from utils import data, ranking
from utils.exercises import equality

N_JUDGED = 1500
# How much of the public table the hold-out keeps: of households and products, and at the least of
# the purchases of a product and of a household. See `new_items`.
KEPT_AXES = 0.9
KEPT_OF_PRODUCT = 0.45
KEPT_OF_HOUSEHOLD = 0.7


def new_items(seed: int) -> tuple[tuple[sparse.csr_matrix, list[int], int], sparse.csr_matrix]:
    """Weeks 1 to 44 to learn from; the new products of weeks 45 to 53 are the truth.

    The table is public, so whoever carries a copy could find a household again by what it bought,
    and read off what it bought next. Therefore a part is left out at random: a tenth of the
    households and of the products; of each product a share of its purchases, in both periods; of
    each household a share of what is left to learn from. Neither counts nor ranks then tell a row
    or a column. What counts as new is decided before anything is left out.

    Parameters
    ----------
    seed : int
        Decides what is left out, which households are judged, and how rows and columns are
        shuffled.

    Returns
    -------
    arguments : (csr_matrix, list of int, int)
        Baskets by household and product, the rows to recommend for, and 10.
    truth : csr_matrix, shape (n_judged, n_products)
        What each of these rows bought for the first time.
    """
    rng = np.random.default_rng(seed)
    before, after = _marked_purchases()
    rows, columns = (rng.permutation(n)[: int(KEPT_AXES * n)] for n in before.shape)
    before, after = before[rows][:, columns].tocsr(), after[rows][:, columns].tocsr()
    new = sparse.csr_matrix(after - after.multiply(before > 0))
    of_household = rng.uniform(KEPT_OF_HOUSEHOLD, 1, len(rows))
    # Shares on a logarithmic scale: they reorder the most popular products, where a search begins.
    of_product = KEPT_OF_PRODUCT ** rng.random(len(columns))
    known = _thinned(before, of_household, of_product, rng)
    new = _thinned(new, np.ones(len(rows)), of_product, rng)
    able = np.flatnonzero((np.diff(known.indptr) > 0) & (np.diff(new.indptr) > 0))
    judged = rng.choice(able, N_JUDGED, replace=False)
    return (known, judged.tolist(), 10), new[judged]


def _marked_purchases() -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    lines = data.transactions("household_id", "basket_id", "product_id", "week")
    before, after = data.split_purchases(lines, last_week=44, until=53, min_buyers=60)
    return before.matrix, after.matrix


def _thinned(
    counts: sparse.csr_matrix,
    of_row: np.ndarray,
    of_column: np.ndarray,
    rng: np.random.Generator,
) -> sparse.csr_matrix:
    """Each basket of an entry is kept with the product of the shares of its row and column."""
    entries = counts.tocoo()
    kept = rng.binomial(entries.data, of_row[entries.row] * of_column[entries.col])
    thinned = sparse.csr_matrix((kept, (entries.row, entries.col)), shape=counts.shape)
    thinned.eliminate_zeros()
    return thinned


def mean_ndcg(products: Any, new: sparse.csr_matrix) -> float:
    """Mean NDCG of lists, with a gain of 1 for each new product bought."""
    return float(ranking.ndcg_of_rows(np.asarray(products), new).mean())


def problem_with_products(
    value: Any, purchases: sparse.csr_matrix, households: list[int], n: int
) -> str:
    """What is wrong with lists of new products, in one sentence; empty if nothing is."""
    products = np.asarray(value)
    if products.shape != (len(households), n) or products.dtype.kind not in "iu":
        return "return one row of n whole numbers for each household"
    if products.min() < 0 or products.max() >= purchases.shape[1]:
        return "a product is a column of purchases, counted from 0"
    if any(len(set(row)) < n for row in products.tolist()):
        return "the products of a row must all be different"
    if purchases[np.asarray(households)[:, None], products].sum() > 0:
        return "a household has bought one of its products before"
    return ""


# ---- spend of a simulated shop's customers ----------------------------------------------------

N_CUSTOMERS = 8_000
WEEKS = 39


def simulated_spend(seed: int) -> tuple[tuple[pd.DataFrame, np.ndarray, int], np.ndarray]:
    """Orders of 39 SIMULATED weeks to learn from; what customers spend in the next 39 is the truth.

    The customers resemble those of CDNOW, and no row is theirs: whoever knows the public file by
    heart knows nothing about this one. They differ from the model of chapter 10 in two ways. Some
    leave after their first order, and the values of orders are lognormal.

    Parameters
    ----------
    seed : int
        Draws the shop (how often its customers order, how soon they leave), its customers, their
        orders, and the currency.

    Returns
    -------
    arguments : (DataFrame, ndarray of int, int)
        Orders (``customer_id``, ``day``, ``value``), whom to predict for, and 39.
    truth : ndarray of float, shape (n_customers,)
        Spend in the currency of the orders.
    """
    rng = np.random.default_rng([seed, 10])
    r, alpha, a, b = np.array([0.25, 4.4, 0.7, 2.4]) * np.exp(rng.normal(0, 0.12, 4))
    rate = rng.gamma(r, 1 / alpha, N_CUSTOMERS)
    leaves = rng.beta(a, b, N_CUSTOMERS)
    usual = rng.lognormal(0, 0.6, N_CUSTOMERS) * rng.uniform(20, 400)
    day = rng.integers(0, 84, N_CUSTOMERS).astype(float)
    who, parts = np.arange(N_CUSTOMERS), []
    chance = 0.3 * leaves  # of leaving after the first order; later it is ``leaves``
    while len(who):
        value = usual[who] * rng.lognormal(-0.08, 0.4, len(who))
        parts.append(pd.DataFrame({"customer_id": who, "day": day.astype(int), "value": value}))
        day = day + 7 * rng.exponential(1 / rate[who])
        stays = (rng.random(len(who)) >= chance[who]) & (day < 14 * WEEKS)
        who, day, chance = who[stays], day[stays], leaves
    orders = pd.concat(parts).groupby(["customer_id", "day"], as_index=False)["value"].sum()
    orders["value"] = orders["value"].round(2)
    past = orders["day"] < 7 * WEEKS
    later = orders[~past].groupby("customer_id")["value"].sum()
    customers = rng.permutation(N_CUSTOMERS)
    truth = later.reindex(customers, fill_value=0.0).to_numpy()
    return (orders[past].reset_index(drop=True), customers, WEEKS), truth


def total_error(spend: Any, truth: np.ndarray) -> float:
    """How far the total is off, as a factor: 0 is exact, 0.69 twice or half; NaN without spend."""
    total = np.sum(np.asarray(spend, dtype=float))
    return float(abs(np.log(total / truth.sum()))) if total > 0 else float("nan")


def rank_correlation(spend: Any, truth: np.ndarray) -> float:
    """Spearman's rank correlation, equal values sharing their mean rank; NaN without an order."""
    ranks = [pd.Series(np.asarray(v, dtype=float)).rank().to_numpy() for v in (spend, truth)]
    return float(np.corrcoef(*ranks)[0, 1]) if np.ptp(ranks[0]) else float("nan")


def top_tenth(spend: Any, truth: np.ndarray) -> float:
    """Share of all money that comes from the tenth of customers with the highest predictions."""
    order = np.argsort(-np.asarray(spend, dtype=float), kind="stable")
    return float(truth[order[: len(truth) // 10]].sum() / truth.sum())


def problem_with_spend(value: Any, orders: pd.DataFrame, customers: np.ndarray, weeks: int) -> str:
    """What is wrong with predictions of spend, in one sentence; empty if nothing is."""
    spend = np.asarray(value)
    if spend.shape != (len(customers),) or spend.dtype.kind not in "iuf":
        return "return one number for each customer"
    if not np.isfinite(spend).all() or spend.min() < 0:
        return "spend is a finite number, 0 or more"
    return "" if np.ptp(spend) > 0 else "the customers do not all spend the same"


# ---- campaigns ------------------------------------------------------------------------------

FIRST_START = pd.Timestamp("2017-03-01")  # two months of purchases lie before it
LAST_DAY = pd.Timestamp("2017-12-31")
LAST_TRAINING_DAY = pd.Timestamp("2017-10-03")
NEVER = 365  # days, where there is no earlier purchase
NOT_FEATURES = ["household_id", "campaign_id", "start_date", "end_date", "y"]


@functools.cache
def _campaign_features() -> pd.DataFrame:
    keys, amounts = ["household_id", "basket_id", "day"], ["sales_value", "retail_disc", "coupons"]
    lines = data.transactions(*keys, "product_id", "sales_value", "retail_disc", "coupon_disc")
    lines["coupons"] = (lines["coupon_disc"] > 0).astype(int)
    baskets = lines.groupby(keys, as_index=False)[amounts].sum()
    redeemed = data.coupon_redemptions()
    sent = data.campaigns().merge(data.campaign_descriptions(), on="campaign_id")
    pairs = redeemed[["household_id", "campaign_id"]].drop_duplicates().assign(y=1)
    sent = sent.merge(pairs, how="left", on=["household_id", "campaign_id"]).fillna({"y": 0})
    judged = sent["start_date"].ge(FIRST_START) & sent["end_date"].le(LAST_DAY)
    offered = data.coupons("campaign_id", "product_id")
    parts = []
    for (campaign, start), rows in sent[judged].groupby(["campaign_id", "start_date"]):
        goods = offered.loc[offered["campaign_id"] == campaign, "product_id"].unique()
        known = _known_of_households(
            start,
            baskets[baskets["day"] < start],
            lines[(lines["day"] < start) & lines["product_id"].isin(goods)],
            redeemed[redeemed["redemption_date"] < start],
            sent[sent["start_date"] < start],
        )
        parts.append(rows.assign(goods=len(goods)).join(known, on="household_id"))
    table = pd.concat(parts)
    never = dict.fromkeys(["days_silent", "days_without_coupon"], NEVER)
    table = table.fillna(never).fillna(0).astype({"y": int})
    surveyed = data.demographics("household_id")["household_id"]
    table = table.assign(
        type_a=(table["campaign_type"] == "Type A").astype(int),
        type_b=(table["campaign_type"] == "Type B").astype(int),
        length=(table["end_date"] - table["start_date"]).dt.days + 1,
        demographics=table["household_id"].isin(surveyed).astype(int),
    )
    order = ["start_date", "campaign_id", "household_id"]
    return table.sort_values(order, ignore_index=True).drop(columns="campaign_type")


def _known_of_households(
    start: pd.Timestamp,
    baskets: pd.DataFrame,
    matching: pd.DataFrame,
    redeemed: pd.DataFrame,
    sent: pd.DataFrame,
) -> pd.DataFrame:
    """What was known of each household when the day ``start`` began: all that is given is older."""
    known = {}
    for days in (28, 91):
        recent = baskets[baskets["day"] >= start - pd.Timedelta(days=days)].groupby("household_id")
        known[f"baskets_{days}"] = recent.size()
        known[f"sales_{days}"] = recent["sales_value"].sum()
        known[f"discount_{days}"] = recent["retail_disc"].sum()
        known[f"coupons_{days}"] = recent["coupons"].sum()
    last = baskets.groupby("household_id")["day"].max()
    with_coupon = baskets[baskets["coupons"] > 0].groupby("household_id")["day"].max()
    return pd.DataFrame(
        {
            **known,
            "coupons_ever": baskets.groupby("household_id")["coupons"].sum(),
            "campaigns_sent": sent.groupby("household_id").size(),
            "campaigns_redeemed": redeemed.groupby("household_id")["campaign_id"].nunique(),
            "coupons_redeemed": redeemed.groupby("household_id").size(),
            "matching_baskets": matching.groupby("household_id")["basket_id"].nunique(),
            "matching_sales": matching.groupby("household_id")["sales_value"].sum(),
            "days_silent": (start - last).dt.days,
            "days_without_coupon": (start - with_coupon).dt.days,
        }
    )


def campaign_features() -> pd.DataFrame:
    """Who was sent which campaign, what was known of her when it began, and whether she redeemed.

    Returns
    -------
    DataFrame, shape (5296, 26)
        A row for each household that was sent a campaign which began in March 2017 or later and
        ended in the year, by start, campaign and household. ``household_id``, ``campaign_id``,
        ``start_date``, ``end_date``, ``y`` (1 if redeemed), then features, whose meaning and units
        are in ``datasets/complete_journey.md``. They are of the days *before* the start.
    """
    return _campaign_features().copy()


def last_campaigns(
    seed: int,
) -> tuple[tuple[pd.DataFrame, np.ndarray, pd.DataFrame], np.ndarray]:
    """Real households, SIMULATED redemptions: campaigns that had ended by 3 October to learn from.

    The public data say who redeemed. So what is judged must not be the public labels: each seed
    draws its own coefficients and its own redemptions, about 15 % of the rows.

    Parameters
    ----------
    seed : int
        Draws how redemption depends on the features, who redeems, and the order of the rows.

    Returns
    -------
    arguments : (DataFrame, ndarray of int, DataFrame)
        Features and labels to learn from, and the features of the later campaigns.
    truth : ndarray of int, shape (n_test,)
    """
    rng = np.random.default_rng(seed)
    table = campaign_features()
    features = table.drop(columns=NOT_FEATURES)
    logs = np.log1p(features)
    # Log odds are linear in the logs, with coefficients that the public data do not hold.
    weights = pd.Series(rng.normal(0, 0.35, features.shape[1]), index=features.columns)
    weights["campaigns_redeemed"] = 0.7
    slope = ((logs - logs.mean()) / logs.std() * weights).sum(axis=1).to_numpy()
    p = expit(slope + optimize.brentq(lambda b: expit(slope + b).mean() - 0.15, -30, 30))
    y = (rng.random(len(p)) < p).astype(int)
    early = rng.permutation(np.flatnonzero(table["end_date"] <= LAST_TRAINING_DAY))
    late = rng.permutation(np.flatnonzero(table["start_date"] > LAST_TRAINING_DAY))
    train, test = (features.iloc[rows].reset_index(drop=True) for rows in (early, late))
    return (train, y[early], test), y[late]


def average_precision(proba: Any, y: np.ndarray) -> float:
    """Mean precision at the places of those who redeemed, as in scikit-learn."""
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(y, np.asarray(proba, dtype=float)))


def minus_brier(proba: Any, y: np.ndarray) -> float:
    """Minus the mean squared difference of probabilities and what happened."""
    return -float(np.mean((np.asarray(proba, dtype=float) - y) ** 2))


def problem_with_probabilities(
    value: Any, train: pd.DataFrame, y: np.ndarray, test: pd.DataFrame
) -> str:
    """What is wrong with probabilities, in one sentence; empty if nothing is."""
    p = np.asarray(value)
    if p.shape != (len(test),) or p.dtype.kind not in "iuf":
        return "return one number for each row of test"
    if not (np.isfinite(p).all() and p.min() >= 0 and p.max() <= 1):
        return "a probability is from 0 to 1, and never NaN"
    return "the same probability for all prefers nobody" if np.ptp(p) < 1e-9 else ""


# ---- departments of the shop ----------------------------------------------------------------

DEPARTMENTS = (
    "GROCERY",
    "DRUG GM",
    "FUEL",
    "PRODUCE",
    "MEAT",
    "MEAT-PCKGD",
    "DELI",
    "MISCELLANEOUS",
    "PASTRY",
    "NUTRITION",
)
N_KNOWN = 168
FIRST_UNUSED = 318  # 15 November: nothing learns from Thanksgiving, and the shop was open every day
SETTLED = 56  # days until level and season have forgotten how they were started
SMOOTHING = (0.1, 0.05)  # how much a surprise moves the level and its weekday


@functools.cache
def _surprises() -> tuple[np.ndarray, np.ndarray]:
    """Weekday profiles of the departments, and how the log of each day missed its forecast."""
    logs = np.log(data.daily_sales(*DEPARTMENTS).to_numpy()[:FIRST_UNUSED])
    errors = np.zeros_like(logs)
    level, season = logs[:7].mean(axis=0), logs[:7] - logs[:7].mean(axis=0)
    for t, day in enumerate(logs):
        errors[t] = day - level - season[t % 7]
        level = level + SMOOTHING[0] * errors[t]
        season[t % 7] += SMOOTHING[1] * errors[t]
    return season, errors[SETTLED:] - errors[SETTLED:].mean(axis=0)


def departments(
    rng: np.random.Generator, n_mornings: int, horizon: int
) -> tuple[np.ndarray, np.ndarray]:
    """Sales of departments that might have been, and what they sell next.

    Each series is simulated from a real department: its weekday profile, a level and a profile that
    move with each surprise, and real surprises, drawn again in whole weeks. A week keeps its days
    together. The public file does not say which week comes next, so whoever has it and finds a
    week again has gained nothing.

    Parameters
    ----------
    rng : Generator
        Draws the weeks, the weekday on which a column begins, the order of the columns, and a unit
        for each.
    n_mornings : int
        How many series of each department.
    horizon : int
        Days that come after the known ones.

    Returns
    -------
    known : ndarray, shape (168, 10 * n_mornings)
        Daily sales of 24 weeks, oldest first.
    future : ndarray, shape (horizon, 10 * n_mornings)
        Those of the days after them.
    """
    profiles, errors = _surprises()
    n_weeks = -(-(N_KNOWN + horizon) // 7)
    columns = []
    for j in rng.permutation(np.tile(np.arange(len(DEPARTMENTS)), n_mornings)):
        first = rng.integers(7)
        blocks = errors[first:, j][: 7 * ((len(errors) - first) // 7)].reshape(-1, 7)
        drawn = blocks[rng.integers(len(blocks), size=n_weeks)].ravel()
        level, season = rng.uniform(0, 5), np.roll(profiles[:, j], -first)
        logs = np.empty(7 * n_weeks)
        for t, surprise in enumerate(drawn):
            logs[t] = level + season[t % 7] + surprise
            level += SMOOTHING[0] * surprise
            season[t % 7] += SMOOTHING[1] * surprise
        columns.append(np.exp(logs))
    spans = np.column_stack(columns)
    return spans[:N_KNOWN], spans[N_KNOWN : N_KNOWN + horizon]


# ---- simulated drops --------------------------------------------------------------------------

N_DROPS = 100
N_CELLS = 600
DROP_SIZES = {"city": 12, "channel": 5, "device": 3, "category": 15}


Drops = tuple[list[pd.DataFrame], list[dict[str, int]]]


def simulated_drops(seed: int) -> tuple[tuple[list[pd.DataFrame]], Drops]:
    """SIMULATED falls of orders, each with one cause, which is the truth.

    Parameters
    ----------
    seed : int
        Of everything that is drawn. ``datasets/simulated_drops.md`` has the recipe.

    Returns
    -------
    arguments : (list of DataFrame,)
        100 cases of 600 cells: ``city``, ``channel``, ``device``, ``category``, ``expected`` and
        ``actual`` orders.
    truth : (list of DataFrame, list of dict of str to int)
        The cases, and the cause of each: one or two dimensions, each with its value.
    """
    rng = np.random.default_rng([seed, 12])
    drawn = [_simulated_drop(rng) for _ in range(N_DROPS)]
    cases = [case for case, _ in drawn]
    return (cases,), (cases, [cause for _, cause in drawn])


def _simulated_drop(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, int]]:
    names, sizes = list(DROP_SIZES), list(DROP_SIZES.values())
    popular = [rng.dirichlet([1.2] * size) for size in sizes]
    every = np.indices(sizes).reshape(len(sizes), -1)
    weights = np.prod([p[values] for p, values in zip(popular, every, strict=True)], axis=0)
    chosen = np.sort(rng.choice(every.shape[1], N_CELLS, replace=False))
    case = pd.DataFrame(every[:, chosen].T, columns=names)
    expected = np.maximum(weights[chosen] / weights[chosen].sum() * 6000, 0.01)
    while True:
        n_dimensions = 2 if rng.random() < 0.65 else 1
        cell = case.iloc[rng.integers(N_CELLS)]
        kept = np.sort(rng.choice(len(names), n_dimensions, replace=False))
        cause = {names[k]: int(cell.iloc[k]) for k in kept}
        inside = cells_of(cause, case)
        if inside.sum() >= 4 and 0.02 <= expected[inside].sum() / expected.sum() <= 0.25:
            break
    level = expected * rng.uniform(0.97, 1.03) * rng.lognormal(0, 0.25, N_CELLS)
    level[inside] *= 1 - rng.uniform(0.2, 0.6)
    return case.assign(expected=expected.round(4), actual=rng.poisson(level)), cause


def cells_of(group: dict[str, int], case: pd.DataFrame) -> np.ndarray:
    """Which cells of a case belong to a group, as an array of bool."""
    return np.logical_and.reduce([case[name].to_numpy() == group[name] for name in group])


def mean_overlap(groups: Any, truth: Drops) -> float:
    """Expected orders in both groups over those in either, averaged over the cases."""
    return float(np.mean(overlaps(groups, truth)))


def overlaps(groups: Any, truth: Drops) -> np.ndarray:
    """The overlap of each group with the cause of its case, from 0 to 1."""
    shares = []
    for group, case, cause in zip(groups, *truth, strict=True):
        mine, right = cells_of(group, case), cells_of(cause, case)
        expected = case["expected"].to_numpy()
        shares.append(expected[mine & right].sum() / expected[mine | right].sum())
    return np.array(shares)


def problem_with_groups(value: Any, cases: list[pd.DataFrame]) -> str:
    """What is wrong with groups, in one sentence; empty if nothing is."""
    if not isinstance(value, (list, tuple)) or len(value) != len(cases):
        return "return a list with one dict for each case"
    for group, case in zip(value, cases, strict=True):
        if not isinstance(group, dict) or not 1 <= len(group) <= 2:
            return "a group is a dict with one or two dimensions"
        if not set(group) <= set(DROP_SIZES):
            return "a dimension is one of city, channel, device and category"
        if not all(equality.is_whole(number) for number in group.values()):
            return "the value of a dimension is a whole number"
        if not cells_of(group, case).any():
            return "a group has at least one cell of its case"
    return ""


# ---- coupons of several face values -----------------------------------------------------------

N_LOGGED, N_SERVED, BUDGET_PER_USER = 40_000, 6_000, 0.30


def coupons_to_allocate(
    seed: int,
) -> tuple[tuple[pd.DataFrame, pd.DataFrame, float], tuple[np.ndarray, np.ndarray, float]]:
    """A SIMULATED log of coupons drawn at random, and other users to decide about.

    Parameters
    ----------
    seed : int
        Decides how users respond, who is in the log, what each got and who bought.

    Returns
    -------
    arguments : (DataFrame, DataFrame, float)
        The log, the users to serve, and the budget (USD).
    truth : (ndarray, ndarray, float)
        True expected gain and cost of the users to serve, shape (n_users, 4), and the budget.
    """
    rng = np.random.default_rng(seed)
    table = data.households_with_orders()
    p = data.response_to_faces(
        table,
        peak=rng.uniform(10, 24),
        width=rng.uniform(5, 10),
        regular_from=rng.uniform(7, 13),
        lift=(rng.uniform(0.02, 0.06), rng.uniform(0.35, 0.6)),
        steepness=rng.uniform(1.8, 3.2),
        half=(rng.uniform(2, 5), rng.uniform(0.1, 0.2)),
    )
    households = rng.permutation(table["household_id"].unique())
    in_log = table["household_id"].isin(households[: 2 * len(households) // 3]).to_numpy()
    logged = rng.choice(np.flatnonzero(in_log), N_LOGGED)
    served = rng.choice(np.flatnonzero(~in_log), N_SERVED, replace=False)
    # Without the number of the household: only what is known before the decision.
    known = ["baskets", "spend", "coupon_baskets", "recency", "order_value"]
    arm = rng.integers(0, len(data.FACES), N_LOGGED)
    trial = table.loc[logged, known].reset_index(drop=True)
    trial["face"] = np.array(data.FACES)[arm]
    trial["bought"] = (rng.random(N_LOGGED) < p[logged, arm]).astype(int)
    users, true_p = table.loc[served, known].reset_index(drop=True), p[served]
    gain = users["order_value"].to_numpy()[:, None] * (true_p - true_p[:, :1])
    budget = BUDGET_PER_USER * N_SERVED
    return (trial, users, budget), (gain, true_p * np.array(data.FACES), budget)


def share_of_best_gain(plan: Any, truth: tuple[np.ndarray, np.ndarray, float]) -> float:
    """True expected gain of a plan within the budget, as a share of the most that is possible.

    Coupons are handed out in the order of the rows until their true expected cost has used up the
    budget.
    """
    return gain_of_plan(plan, truth) / _most_gain(*truth)


def gain_of_plan(plan: Any, truth: tuple[np.ndarray, np.ndarray, float]) -> float:
    """True expected gain of a plan within the budget, USD."""
    gain, cost, budget = truth
    rows, face = np.arange(len(gain)), np.asarray(plan)
    paid = np.cumsum(cost[rows, face]) <= budget
    return float(gain[rows, face][paid].sum())


def _most_gain(gain: np.ndarray, cost: np.ndarray, budget: float) -> float:
    """The least upper bound by a price of the budget: no plan gains more."""

    def bound(price: float) -> float:
        return float((gain - price * cost).max(axis=1).sum() + price * budget)

    # The bound is convex in the price.
    highest = float((gain[:, 1:] / cost[:, 1:]).max())
    found = optimize.minimize_scalar(bound, bounds=(0, highest), method="bounded")
    return float(found.fun)


def problem_with_faces(value: Any, trial: pd.DataFrame, users: pd.DataFrame, budget: float) -> str:
    """What is wrong with a plan of face values, in one sentence; empty if nothing is."""
    plan = np.asarray(value)
    if plan.shape != (len(users),) or plan.dtype.kind not in "iu":
        return "return one whole number for each user: the index of the face value"
    if plan.min() < 0 or plan.max() >= len(data.FACES):
        return "an index is 0, 1, 2 or 3, for a face value of 0, 5, 10 or 20 USD"
    return ""
