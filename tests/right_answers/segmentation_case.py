"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import math

import numpy as np
import pandas as pd
from scipy import optimize, special
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
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
        r, f, m = row["R"], row["F"], row["M"]
        if min(r, f, m) >= 4 and not row[["R", "F", "M"]].isna().any():
            return "champions"
        if f >= 4 and r >= 3:
            return "loyal"
        if r <= 2:
            return "at risk" if f >= 4 or m >= 4 else "lost"
        return "recent" if r >= 4 else "other"

    return profile.apply(name, axis=1)


def assign_segments__backwards(profile):
    segment = pd.Series("other", index=profile.index, dtype=object, name="segment")
    segment.loc[profile.R.le(2)] = "lost"
    segment.loc[profile.R.ge(4)] = "recent"
    segment.loc[profile.R.le(2) & (profile.F.ge(4) | profile.M.ge(4))] = "at risk"
    segment.loc[profile.F.ge(4) & profile.R.ge(3)] = "loyal"
    segment.loc[profile[["R", "F", "M"]].ge(4).all(axis=1)] = "champions"
    return segment.astype("category")


def winback_itt__loop(df):
    groups = {True: [], False: []}
    for assigned, after in zip(df["assigned"], df["after"], strict=True):
        groups[bool(assigned)].append(0.0 if math.isnan(after) else float(after))
    if not groups[True] or not groups[False]:
        return float("nan")
    return sum(groups[True]) / len(groups[True]) - sum(groups[False]) / len(groups[False])


def winback_itt__groupby(df):
    means = df.assign(after=df["after"].replace(np.nan, 0)).groupby("assigned")["after"].mean()
    return means.get(True, np.nan) - means.get(False, np.nan)


def winback_itt__slope(df):
    lot = df["assigned"].to_numpy(dtype=float)
    if len(set(lot)) < 2:
        return np.nan
    return np.polyfit(lot, np.nan_to_num(df["after"].to_numpy()), 1)[0]


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
    both["to"] = both["to"].fillna("gone")
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


def predict_spend__fading_memory(orders, customers, weeks):
    """What was spent, the older the less, with the total from the last 13 weeks."""
    age = 273 - orders["day"]
    recent = orders["value"].where(age <= 91, 0).sum()
    memory = (orders["value"] * np.exp(-age / 120)).groupby(orders["customer_id"]).sum()
    scale = recent / 13 * weeks * 0.75 / memory.sum()
    return memory.reindex(customers).to_numpy() * scale
