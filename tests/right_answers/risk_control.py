"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import numpy as np
import pandas as pd
from sklearn.ensemble import (
    ExtraTreesClassifier,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.metrics import average_precision_score


def break_review_list__arrays(defect):
    if defect == "wrong_column":
        return np.array([0.95, 0.02]), np.array([50, 60]), 3, np.int64(1)
    if defect == "cost_forgotten":
        return np.array([0.5, 0.001]), np.array([50, 10]), 3, 2
    return np.array([0.55, 0.05, 0.9]), np.array([300, 900, 40]), 5, 2


def break_review_list__longer(defect):
    p, amount = [0.02, 0.6, 0.7, 0.3], [800.0, 300.0, 400.0, 900.0]
    return p, amount, 20.0, 2 if defect != "cost_forgotten" else 8


def average_precision__scikit_learn(y, s):
    return average_precision_score(y, s) if np.sum(y) > 0 else np.nan


def average_precision__loop(y, s):
    rows = sorted(zip([float(v) for v in s], [int(v) for v in y], strict=True), reverse=True)
    n_fraud = sum(label for _, label in rows)
    if n_fraud == 0:
        return float("nan")
    total, seen, caught = 0.0, 0, 0
    for score in dict.fromkeys(value for value, _ in rows):
        group = [label for value, label in rows if value == score]
        seen, caught = seen + len(group), caught + sum(group)
        total += sum(group) / n_fraud * caught / seen
    return total


def average_precision__pandas(y, s):
    table = pd.DataFrame({"y": np.asarray(y, float), "s": s}).groupby("s")["y"].agg(["sum", "size"])
    table = table.sort_index(ascending=False)
    if not table["sum"].sum():
        return np.nan
    precision = table["sum"].cumsum() / table["size"].cumsum()
    return (precision * table["sum"]).sum() / table["sum"].sum()


def cheapest_action__loop(p, amount, review, friction, margin, fee=0.0):
    actions = []
    for chance, value in zip(map(float, p), map(float, amount), strict=True):
        costs = [
            chance * (value * (1 - margin) + fee),
            review,
            (1 - chance) * (value * margin + friction),
        ]
        known = 0 <= chance <= 1
        actions.append(next(i for i in range(3) if costs[i] - min(costs) < 1e-9) if known else 1)
    return actions


def cheapest_action__pandas(p, amount, review, friction, margin, fee=0.0):
    p, amount = pd.Series(p, dtype=float), pd.Series(amount, dtype=float)
    costs = pd.DataFrame(
        {
            0: p * (amount - margin * amount + fee),
            1: review,
            2: (1 - p) * (margin * amount + friction),
        }
    ).round(8)
    return (
        costs.where(p.between(0, 1), pd.Series([9, 0, 9]), axis=0)
        .fillna(0)
        .idxmin(axis=1)
        .where(p.between(0, 1), 1)
    )


def prior_correct__odds(p, kept):
    p = np.asarray(p, dtype=float)
    with np.errstate(divide="ignore"):
        odds = kept / (1 / p - 1)
    return np.where(p == 1, 1.0, odds / (1 + odds))


def prior_correct__counts(p, kept):
    return [100 * v / (100 * v + 100 * (1 - v) / kept) for v in p]


def weighted_rate__repeat(y, prob):
    stands_for = [
        (label, 1 / chance) for label, chance in zip(y, prob, strict=True) if label == label
    ]
    total = sum(n for _, n in stands_for)
    return sum(label * n for label, n in stands_for) / total if total else float("nan")


def weighted_rate__average(y, prob):
    table = pd.DataFrame({"y": y, "w": 1 / np.asarray(prob, dtype=float)}).dropna()
    return np.average(table["y"], weights=table["w"]) if len(table) else np.nan


def ring_of__union_find(links, most):
    parent = {int(account): int(account) for account in links["account"]}

    def root(account):
        while parent[account] != account:
            account = parent[account]
        return account

    users = {}
    for account, kind, value in links.itertuples(index=False):
        if isinstance(value, str):
            users.setdefault((kind, value), set()).add(int(account))
    for together in users.values():
        if len(together) <= most:
            roots = {root(account) for account in together}
            for each in roots:
                parent[each] = min(roots)
    ring = {account: root(account) for account in sorted(parent)}
    return pd.Series(ring, dtype="int64")


def ring_of__spreading(links, most):
    """Each account takes the smallest number around it, until nothing changes."""
    accounts = np.sort(links["account"].unique())
    ring = pd.Series(accounts, index=accounts)
    uses = links.dropna(subset=["value"]).assign(thing=lambda t: t["kind"] + ":" + t["value"])
    sizes = uses.groupby("thing")["account"].nunique()
    uses = uses[uses["thing"].map(sizes) <= most]
    while len(uses):
        low = uses["account"].map(ring).groupby(uses["thing"]).transform("min")
        new = low.groupby(uses["account"]).min().reindex(accounts).fillna(ring)
        new = np.minimum(new, ring)
        if (new == ring).all():
            break
        ring = new
    return ring.astype(int)


def matured_time_split__loop(t, cutoff, delay):
    train = [i for i, day in enumerate(t) if day < cutoff and day + delay <= cutoff]
    return train, [i for i, day in enumerate(t) if day >= cutoff]


def matured_time_split__where(t, cutoff, delay):
    t = np.asarray(t, dtype=float)
    test = np.where(t >= cutoff)[0]
    train = np.setdiff1d(np.where(cutoff - t >= delay)[0], test)
    return [train, test]


def kill_matured_split__by_definition(fn):
    rng = np.random.default_rng(8)
    for delay in (0, 7, 30, 60):
        t = rng.integers(0, 100, 80)
        t[:4] = [50, 50 - delay, 49 - delay, 51 - delay]
        train, test = fn(t, 50, delay)
        if [int(i) for i in train] != matured_time_split__loop(t, 50, delay)[0]:
            return False
        if [int(i) for i in test] != matured_time_split__loop(t, 50, delay)[1]:
            return False
    return True


def kill_matured_split__asserts(fn):
    t = np.array([12, 3, 10, 7, 10, 9, 5, 0, 7.25])
    for delay in (0, 3, 5, 2.75, 11):
        train, test = fn(t, 10, delay)
        assert set(test) == {0, 2, 4}
        assert list(train) == sorted(train)
        assert all(t[i] + delay <= 10 for i in train)
        assert not set(train) & set(test)
        assert len(train) == sum(day + delay <= 10 and day < 10 for day in t)
    return np.bool_(True)


def velocity_count__rows(df, hours):
    window = pd.Timedelta(hours=hours)
    rows = list(zip(df["entity"], df["time"], strict=True))
    counts = [
        sum(e == entity and time - window <= t < time for e, t in rows) for entity, time in rows
    ]
    return pd.Series(counts, index=df.index, dtype="int64")


def velocity_count__self_join(df, hours):
    table = df.reset_index(drop=True).rename_axis("row").reset_index()
    pairs = table.merge(table, on="entity", suffixes=("", "_before"))
    since = pairs["time"] - pairs["time_before"]
    hit = (since > pd.Timedelta(0)) & (since <= pd.Timedelta(hours=hours))
    counts = hit.groupby(pairs["row"]).sum().reindex(table["row"], fill_value=0)
    return pd.Series(counts.to_numpy(dtype=float), index=df.index)


def velocity_count__rolling(df, hours):
    if df.empty:
        return pd.Series([], index=df.index, dtype=int)
    table = df.assign(row=np.arange(len(df)), one=1).sort_values("time", kind="stable")
    counts = pd.Series(0.0, index=range(len(df)))
    for _, group in table.groupby("entity"):
        rolled = group.set_index("time")["one"].rolling(pd.Timedelta(hours=hours), closed="both")
        total = pd.Series(rolled.sum().to_numpy(), index=group["row"])
        # All of one moment see the count of the last, less those of that moment.
        when = group.set_index("row")["time"]
        total = total.groupby(when).transform("max") - when.groupby(when).transform("size")
        counts[total.index] = total
    return pd.Series(counts.to_numpy().astype(int), index=df.index)


def review_queue__lists(sup, ano, budget, mix):
    def ranked(scores):
        known = [i for i, s in enumerate(scores) if s == s]
        return sorted(known, key=lambda i: (-scores[i], i))

    by_model, by_detector = ranked(sup), ranked(ano)
    places = int(np.floor(budget * mix + 1e-9))
    queue = by_model[: budget - places]
    queue += [i for i in by_detector if i not in queue][:places]
    for i in by_model + by_detector:
        if len(queue) < budget and i not in queue:
            queue.append(i)
    return queue


def review_queue__pandas(sup, ano, budget, mix):
    model = pd.Series(sup).dropna().sort_values(ascending=False, kind="stable")
    detector = pd.Series(ano).dropna().sort_values(ascending=False, kind="stable")
    places = int(round(budget * mix, 6) // 1)
    head = model.index[: budget - places]
    middle = detector.index.difference(head, sort=False)[:places]
    queue = pd.Index([*head, *middle, *model.index, *detector.index]).drop_duplicates()
    return np.array(queue[:budget])


def risk_scores__forests(train, y, test):
    """Two kinds of forest."""
    models = [
        RandomForestClassifier(60, min_samples_leaf=3, random_state=7),
        ExtraTreesClassifier(60, min_samples_leaf=2, random_state=7),
    ]
    return sum(model.fit(train, y).predict_proba(test)[:, 1] for model in models) / 2


def risk_scores__boosting_on_more_features(train, y, test):
    """Five boosted models on ratios that trees find hard, and a forest."""

    def more(table):
        return table.assign(
            price=table["amount"] / table["n_products"],
            busy=table["orders_2h"] / table["amount"],
        ).to_numpy()

    X, X_new = more(train), more(test)
    p = RandomForestClassifier(50, min_samples_leaf=2, random_state=3).fit(X, y)
    parts = [p.predict_proba(X_new)[:, 1]]
    for seed in range(3):
        model = HistGradientBoostingClassifier(
            max_iter=120, learning_rate=0.04, max_leaf_nodes=8, max_features=0.5, random_state=seed
        )
        parts.append(model.fit(X, y).predict_proba(X_new)[:, 1])
    return (0.5 * parts[0] + 0.5 * np.mean(parts[1:], axis=0)).tolist()
