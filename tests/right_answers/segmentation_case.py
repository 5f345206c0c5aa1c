"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import math

import numpy as np
import pandas as pd
from scipy import optimize, special, stats
from sklearn.cluster import KMeans
from sklearn.linear_model import PoissonRegressor
from sklearn.metrics import adjusted_rand_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import resample


def break_segmentation__two_tables(defect):
    if defect == "no_logarithm":
        few = [[1, 10, 1, 1, 5], [2, 12, 1, 0, 1], [90, 700, 0, 0, 1], [99, 9999, 0, 0, 1]]
        return few, np.int64(2)
    customers = [
        [1, 900, 1, 1, 50],
        [60, 950.0, 0, 0, 3],
        [1, 300, 1, 0, 0],
        [60, 310, 0, 0, 8],
        [9, 9000, 0, 0, 2],
    ]
    return [customers, 2]


def break_segmentation__one_for_all(defect):
    rows = zip(
        [13, 26, 13, 2, 29, 15],
        [66.0, 355.0, 256.0, 231.0, 155.0, 337.0],
        [1, 1, 1, 0, 0, 0],
        [1, 0, 1, 0, 0, 0],
        np.array([40.0, 16.0, 22.0, 39.0, 6.0, 15.0]),
        strict=True,
    )
    return tuple(rows), 3


def assign_segments__row_by_row(profile):
    def name(row):
        r, f, m = (float("nan") if pd.isna(row[c]) else row[c] for c in "RFM")
        if r >= 4 and f >= 4 and m >= 4:
            return "champions"
        if f >= 4 and r >= 3:
            return "loyal"
        if r <= 2:
            return "at risk" if f >= 4 or m >= 4 else "lost"
        return "recent" if r >= 4 else "other"

    return profile.apply(name, axis=1)


def assign_segments__backwards(profile):
    segment = pd.Series("other", index=profile.index, dtype=object, name="segment")
    profile = profile[list("RFM")].astype(float)
    segment.loc[profile.R.le(2)] = "lost"
    segment.loc[profile.R.ge(4)] = "recent"
    segment.loc[profile.R.le(2) & (profile.F.ge(4) | profile.M.ge(4))] = "at risk"
    segment.loc[profile.F.ge(4) & profile.R.ge(3)] = "loyal"
    segment.loc[profile[["R", "F", "M"]].ge(4).all(axis=1)] = "champions"
    return segment.astype("category")


def winback_itt__loop(df):
    groups = {True: [], False: []}
    for assigned, after in zip(df["assigned"], df["after"], strict=True):
        groups[bool(assigned)].append(0.0 if pd.isna(after) else float(after))
    if not groups[True] or not groups[False]:
        return float("nan")
    return sum(groups[True]) / len(groups[True]) - sum(groups[False]) / len(groups[False])


def winback_itt__groupby(df):
    means = df.assign(after=df["after"].fillna(0)).groupby("assigned")["after"].mean()
    return means.get(True, np.nan) - means.get(False, np.nan)


def winback_itt__slope(df):
    lot = df["assigned"].to_numpy(dtype=float)
    if len(set(lot)) < 2:
        return np.nan
    return np.polyfit(lot, df["after"].fillna(0).to_numpy(dtype=float), 1)[0]


def migration_matrix__loop(seg0, seg1, order):
    columns = [*order, "gone"]
    table = pd.DataFrame(0.0, index=order, columns=columns)
    now = seg1.to_dict()
    for customer, before in seg0.items():
        table.loc[before, now.get(customer, "gone")] += 1
    for row in order:
        total = table.loc[row].sum()
        if total:
            table.loc[row] /= total
    return table


def migration_matrix__merge(seg0, seg1, order):
    both = seg0.rename("from").to_frame().join(seg1.rename("to"), how="left")
    both = both.astype(object).fillna("gone")
    shares = both.groupby("from")["to"].value_counts(normalize=True).unstack()
    return shares.reindex(index=order, columns=list(order) + ["gone"]).fillna(0)


def retention_curve__sets(activity, horizon, end):
    when = {}
    for customer, period in zip(activity["customer_id"], activity["period"], strict=True):
        if period <= end:
            when.setdefault(customer, set()).add(int(period))
    followed = [periods for periods in when.values() if min(periods) + horizon <= end]
    if not followed:
        return [float("nan")] * (horizon + 1)
    return [
        sum(min(periods) + h in periods for periods in followed) / len(followed)
        for h in range(horizon + 1)
    ]


def retention_curve__pivot(activity, horizon, end):
    seen = activity.query("period <= @end")
    start = seen.groupby("customer_id")["period"].min()
    start = start[start <= end - horizon]
    if start.empty:
        return np.repeat(np.nan, horizon + 1)
    seen = seen[seen["customer_id"].isin(start.index)]
    age = seen["period"] - seen["customer_id"].map(start)
    return pd.Series(
        [seen["customer_id"][age == h].nunique() / len(start) for h in range(horizon + 1)]
    )


def kill_retention__by_hand(fn):
    table = pd.DataFrame(
        {
            "customer_id": ["a", "a", "a", "b", "c", "c", "d", "e", "e"],
            "period": [1, 3, 3, 1, 2, 4, 4, 2, 5],
        }
    )
    expected = {
        (2, 4): [1, 0, 2 / 4],
        (1, 4): [1, 0],
        (3, 4): [1, 0, 1 / 2, 0],
        (3, 5): [1, 0, 2 / 4, 1 / 4],
    }
    return all(
        list(np.round(np.asarray(fn(table, *key), dtype=float), 6)) == list(np.round(curve, 6))
        for key, curve in expected.items()
    )


def kill_retention__random(fn):
    rng = np.random.default_rng(3)
    for _ in range(2):
        table = pd.DataFrame(
            {"customer_id": rng.integers(0, 20, 80), "period": rng.integers(4, 14, 80)}
        )
        for horizon, end in ((3, 10), (2, 8), (6, 12)):
            np.testing.assert_allclose(
                np.asarray(fn(table, horizon, end), dtype=float),
                retention_curve__sets(table, horizon, end),
            )
    return True


def kmeans_segments__scaler(df, k, seed=0):
    columns = ["monetary", "frequency", "recency"]
    X = StandardScaler().fit_transform(np.log1p(df[columns]))
    model = KMeans(k, n_init=20, random_state=seed + 1000).fit(X)
    order = df.groupby(model.labels_)["monetary"].mean().sort_values().index
    return pd.Series(model.labels_, index=df.index).map({old: new for new, old in enumerate(order)})


def kmeans_segments__lloyd(df, k, seed=0):
    X = np.log(df[["recency", "frequency", "monetary"]].to_numpy() + 1)
    X = X - X.mean(axis=0)
    X = X / np.where(X.std(axis=0, ddof=1) > 1e-9, X.std(axis=0, ddof=1), np.inf)
    rng, best = np.random.default_rng(seed), (np.inf, None)
    for _ in range(40):
        centres = X[rng.choice(len(X), k, replace=False)]
        for _ in range(20):
            distance = ((X[:, None] - centres) ** 2).sum(axis=2)
            label = distance.argmin(axis=1)
            centres = np.array(
                [X[label == j].mean(axis=0) if (label == j).any() else X[0] for j in range(k)]
            )
        best = min(best, (distance.min(axis=1).sum(), label.tolist()))
    label = np.array(best[1])
    means = [df["monetary"].to_numpy()[label == j].mean() for j in range(k)]
    return pd.Series([sorted(means).index(means[j]) for j in label], index=df.index)


def bootstrap_stability__resample(X, fit_predict, n, seed):
    whole = pd.Series(fit_predict(X))
    rows = np.arange(len(X))
    scores = []
    for i in range(n):
        drawn = resample(rows, random_state=seed * 10_000 + i)
        scores.append(
            adjusted_rand_score(whole.iloc[drawn], fit_predict(np.take(X, drawn, axis=0)))
        )
    return sum(scores) / n


def bootstrap_stability__by_hand(X, fit_predict, n, seed):
    """The index from its definition."""

    def pairs(counts):
        counts = np.asarray(counts, dtype=float)
        return (counts * (counts - 1) / 2).sum()

    rng = np.random.RandomState(seed)
    total = 0.0
    for _ in range(n):
        drawn = rng.choice(len(X), size=len(X))
        before = np.unique(np.asarray(fit_predict(X))[drawn], return_inverse=True)[1]
        after = np.unique(fit_predict(X[drawn]), return_inverse=True)[1]
        table = np.zeros((before.max() + 1, after.max() + 1))
        np.add.at(table, (before, after), 1)
        a, b = pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
        expected, most = a * b / pairs([len(X)]), (a + b) / 2
        total += 1.0 if most == expected else (pairs(table) - expected) / (most - expected)
    return total / n


def bgnbd_neg_log_likelihood__a_loop(params, x, t_x, T):
    r, alpha, a, b = params
    lgamma = math.lgamma
    total = 0.0
    for n, last, end in zip(x, t_x, T, strict=True):
        n = int(n)
        common = lgamma(r + n) - lgamma(r) + r * math.log(alpha) + lgamma(a + b) - lgamma(b)
        first = lgamma(b + n) - lgamma(a + b + n) - (r + n) * math.log(alpha + end)
        if n == 0:
            total += common + first
            continue
        second = math.log(a) + lgamma(b + n - 1) - lgamma(a + b + n)
        second -= (r + n) * math.log(alpha + last)
        high = max(first, second)
        total += common + high + math.log(math.exp(first - high) + math.exp(second - high))
    return -total


def bgnbd_neg_log_likelihood__logsumexp(params, x, t_x, T):
    r, alpha, a, b = np.asarray(params, dtype=float)
    repeat = (x > 0).astype(float)
    terms = np.array(
        [
            special.betaln(a, b + x) - (r + x) * np.log(alpha + T),
            special.betaln(a + 1, b + np.clip(x, 1, None) - 1) - (r + x) * np.log(alpha + t_x),
        ]
    )
    weights = np.array([np.ones(len(x)), repeat])
    each = special.logsumexp(terms, axis=0, b=weights) - special.betaln(a, b)
    return np.sum(-each - special.loggamma(r + x) + special.loggamma(r) - r * np.log(alpha))


def predict_spend__simplex(orders, customers, weeks):
    """BG/NBD by a simplex, means shrunk to that of all by a fixed weight, sums for integrals."""
    table = orders.groupby("customer_id").agg(
        first=("day", "min"), last=("day", "max"), n=("day", "size"), value=("value", "sum")
    )
    x, t_x, T = table["n"] - 1, (table["last"] - table["first"]) / 7, (272 - table["first"]) / 7
    groups = pd.DataFrame({"x": x, "t_x": t_x, "T": T}).value_counts().reset_index()

    def loss(logs):
        r, alpha, a, b = np.exp(logs)
        n, last, end = (groups[c].to_numpy(dtype=float) for c in ("x", "t_x", "T"))
        alive = special.betaln(a, b + n) - (r + n) * np.log(alpha + end)
        gone = special.betaln(a + 1, b + np.maximum(n, 1) - 1) - (r + n) * np.log(alpha + last)
        each = np.where(n > 0, np.logaddexp(alive, gone), alive) - special.betaln(a, b)
        each = each + special.gammaln(r + n) - special.gammaln(r) + r * np.log(alpha)
        return -(each * groups["count"]).sum()

    r, alpha, a, b = np.exp(optimize.minimize(loss, [-1, 1, 0, 1], method="Nelder-Mead").x)
    odds = a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x) * (x > 0)
    ratio = (alpha + T) / (alpha + T + weeks)
    tail = ratio ** (r + x) * special.hyp2f1(r + x, b + x, a + b + x - 1, 1 - ratio)
    n_orders = (a + b + x - 1) / (a - 1) * (1 - tail) / (1 + odds)
    value = (table["value"] + table["value"].sum() / table["n"].sum() * 0.5) / (table["n"] + 0.5)
    return (n_orders * value)[customers].tolist()


def predict_spend__learned_inside(orders, customers, weeks):
    """A Poisson regression of money, taught inside the table: 19 weeks tell of the 20 after."""

    def features(day):
        past = orders[orders["day"] < day].assign(age=lambda o: day - o["day"])
        by = past.groupby("customer_id")
        table = pd.DataFrame({"n": by.size(), "money": by["value"].sum(), "last": by["age"].min()})
        table["first"] = by["age"].max()
        table["recent"] = past[past["age"] <= 28].groupby("customer_id")["value"].sum()
        # In shares of the window, so that what is learned in one holds in another.
        table[["last", "first"]] /= day
        table["money"] /= orders["value"].mean()
        table["each"] = table["money"] / table["n"]
        table["recent"] = table["recent"].fillna(0) / orders["value"].mean()
        return np.log1p(table).assign(repeats=(table["n"] > 1), squared=table["last"] ** 2)

    old = features(136)
    later = orders[orders["day"] >= 136].groupby("customer_id")["value"].sum()
    y = later.reindex(old.index, fill_value=0.0)
    unit = y.mean()
    model = make_pipeline(StandardScaler(), PoissonRegressor(alpha=1e-3, max_iter=500))
    money = model.fit(old, y / unit).predict(features(273).loc[customers])
    # The next 39 weeks hold twice as many days as the 19 that were learned, but customers leave.
    return money * unit * weeks * 7 / 137 * 0.5


def ziln_loss__scipy(y, logit, mu, sigma):
    y, logit, mu = (np.asarray(v, dtype=float) for v in (y, logit, mu))
    sigma = np.full(len(y), 1.0) * sigma
    total = 0.0
    for spend, z, m, s in zip(y, logit, mu, sigma, strict=True):
        total -= special.log_expit(z if spend > 0 else -z)
        if spend > 0:
            total -= stats.lognorm.logpdf(spend, s, scale=np.exp(m))
    return total / len(y)


def ziln_loss__normal(y, logit, mu, sigma):
    y = pd.Series(y, dtype=float)
    log_y = np.log(y.where(y > 0, 1))
    spend = -stats.norm.logpdf(log_y, mu, sigma) + log_y
    z = np.where(y > 0, logit, -np.asarray(logit, dtype=float))
    return (np.logaddexp(0, -z) + np.where(y > 0, spend, 0)).mean()


def normalised_gini__pandas(y, score):
    def area(by):
        table = pd.DataFrame({"y": np.asarray(y, float), "s": np.asarray(by, float)})
        table["y"] = table.groupby("s")["y"].transform("mean")
        shares = table.sort_values("s", ascending=False)["y"].cumsum() / table["y"].sum()
        return shares.mean() - (len(table) + 1) / (2 * len(table))

    return np.nan if len(set(np.asarray(y).tolist())) < 2 else area(score) / area(y)


def normalised_gini__pairs(y, score):
    """Of all pairs, the money that the higher score has more."""
    y, s = np.asarray(y, dtype=float), np.asarray(score, dtype=float)
    more = y[:, None] - y[None, :]
    total = np.abs(more).sum()
    return (more * np.sign(s[:, None] - s[None, :])).sum() / total if total else float("nan")


def payback_month__cumsum(spend, margin, cac, rate=0.0):
    if cac <= 0:
        return 0
    spend = np.asarray(spend, dtype=float)
    months = np.arange(1, len(spend) + 1)
    total = np.cumsum(margin * spend * (1 + rate) ** (-months / 12)).round(9)
    reached = np.flatnonzero(total >= round(cac, 9))
    return int(reached[0]) + 1 if len(reached) else None


def payback_month__what_is_left(spend, margin, cac, rate=0.0):
    left, month = cac, 0
    yearly = 1 + rate
    while left > 1e-9:
        if month == len(spend):
            return None
        month += 1
        left -= spend[month - 1] * margin * yearly ** (-month / 12)
    return month


def survival_curve__pandas(days, left, horizon):
    table = pd.DataFrame({"days": days, "left": np.asarray(left, dtype=bool)})
    curve = [1.0]
    for day in range(1, horizon + 1):
        there = table[table["days"] >= day]
        stay = 1 - (there["left"] & (there["days"] == day)).mean()
        curve.append(curve[-1] * stay)
    return pd.Series(curve)


def survival_curve__counts(days, left, horizon):
    days, left = list(map(int, days)), [bool(v) for v in left]
    curve, at_risk = [1.0], len(days)
    for day in range(1, horizon + 1):
        gone = sum(d == day and out for d, out in zip(days, left, strict=True))
        curve.append(curve[-1] * (at_risk - gone) / at_risk if at_risk else float("nan"))
        at_risk -= sum(d == day for d in days)
    return curve
