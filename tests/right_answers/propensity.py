"""Right answers on propensity, written differently from the reference."""

import math

import numpy as np
import pandas as pd
from scipy import optimize

from solutions.propensity import reference

# ---- break_persona --------------------------------------------------------------------------


def break_persona__one_history_for_all(defect):
    sent = [
        (3, 1, 10, 20),
        (3, 2, 15, 49),
        (3, 4, 30, 60),
        (3, 5, 50, 70),
        (9, 5, 50, 70),
    ]
    return sent, [(3, 1, 11), (3, 1, 11), (3, 5, 50)], 50


def break_persona__lists_and_arrays_of_days(defect):
    sent = [[1, 1, 0, 5], [1, 2, 4, 9], [1, 3, 10, 12], [1, 4, 8, 11], [2, 3, 10, 12]]
    return [sent, [[1, 1, 2], [1, 1, 3], [1, 3, 12]], np.int64(10)]


# ---- build_labels ---------------------------------------------------------------------------


def build_labels__loop(campaigns, desc, redemptions):
    window = {row.campaign_id: (row.start_date, row.end_date) for row in desc.itertuples()}
    redeemed = set()
    for row in redemptions.itertuples():
        start, end = window[row.campaign_id]
        if start <= row.redemption_date <= end:
            redeemed.add((row.household_id, row.campaign_id))
    rows = [
        (row.household_id, row.campaign_id, int((row.household_id, row.campaign_id) in redeemed))
        for row in campaigns.itertuples()
    ]
    return pd.DataFrame(rows, columns=["household_id", "campaign_id", "y"])


def build_labels__by_the_largest(campaigns, desc, redemptions):
    dated = campaigns.merge(desc, on="campaign_id").merge(
        redemptions, on=["household_id", "campaign_id"], how="left"
    )
    hit = (dated["redemption_date"] >= dated["start_date"]) & (
        dated["redemption_date"] <= dated["end_date"]
    )
    y = hit.groupby([dated["household_id"], dated["campaign_id"]]).max().rename("y")
    return campaigns.join(y, on=["household_id", "campaign_id"])


def build_labels__membership_of_an_index(campaigns, desc, redemptions):
    by_campaign = desc.set_index("campaign_id").loc[redemptions["campaign_id"]]
    day = redemptions["redemption_date"].to_numpy()
    in_time = (by_campaign["start_date"].to_numpy() <= day) & (
        day <= by_campaign["end_date"].to_numpy()
    )
    pairs = ["household_id", "campaign_id"]
    positive = pd.MultiIndex.from_frame(redemptions.loc[in_time, pairs])
    y = pd.MultiIndex.from_frame(campaigns[pairs]).isin(positive)
    return pd.DataFrame({**campaigns[pairs], "y": y.astype(np.int8)})


# ---- asof_features --------------------------------------------------------------------------


def asof_features__loop(tx, targets, lookback):
    lines = list(
        zip(
            tx["household_id"],
            tx["basket_id"],
            tx["day"],
            tx["sales_value"],
            tx["coupon_disc"],
            strict=True,
        )
    )
    rows = []
    for household, start in zip(targets["household_id"], targets["start_date"], strict=True):
        oldest = start - pd.Timedelta(days=lookback)
        mine = [line for line in lines if line[0] == household and oldest <= line[2] < start]
        rows.append(
            [
                len({line[1] for line in mine}),
                math.fsum(line[3] for line in mine),
                sum(line[4] > 0 for line in mine),
                min(((start - line[2]).days for line in mine), default=lookback),
            ]
        )
    columns = ["baskets", "sales", "coupons", "recency"]
    return pd.DataFrame(rows, columns=columns, index=targets.index)


def asof_features__masks_in_numpy(tx, targets, lookback):
    day = tx["day"].to_numpy().astype("datetime64[D]").astype(int)
    start = targets["start_date"].to_numpy().astype("datetime64[D]").astype(int)
    household = tx["household_id"].to_numpy()
    baskets, recency = [], []
    counted = []
    for h, s in zip(targets["household_id"], start, strict=True):
        window = (household == h) & (day < s) & (day >= s - lookback)
        counted.append(window)
        baskets.append(np.unique(tx["basket_id"].to_numpy()[window]).size)
        recency.append(s - day[window].max() if window.any() else lookback)
    counted = np.array(counted)
    return pd.DataFrame(
        {
            "recency": recency,
            "coupons": counted @ (tx["coupon_disc"].to_numpy() > 0).astype(int),
            "sales": counted @ tx["sales_value"].to_numpy(),
            "baskets": baskets,
        },
        index=targets.index,
    )


def asof_features__merged_lines(tx, targets, lookback):
    keyed = targets[["household_id", "start_date"]].assign(key=np.arange(len(targets)))
    lines = keyed.merge(tx, on="household_id")
    gap = lines["start_date"] - lines["day"]
    lines = lines[(gap > pd.Timedelta(0)) & (gap <= pd.Timedelta(days=lookback))]
    by = lines.groupby("key")
    out = pd.DataFrame(index=keyed["key"])
    out["baskets"] = by["basket_id"].nunique()
    out["sales"] = by["sales_value"].sum()
    out["coupons"] = lines["coupon_disc"].gt(0).groupby(lines["key"]).sum()
    out["recency"] = (lines["start_date"] - lines["day"]).dt.days.groupby(lines["key"]).min()
    out["recency"] = out["recency"].fillna(lookback)
    return out.fillna(0).set_axis(targets.index)


# ---- kill_asof ------------------------------------------------------------------------------


def kill_asof__against_a_loop(fn):
    rng = np.random.default_rng(5)
    n = 80
    days = pd.Timestamp("2017-03-01") + pd.to_timedelta(rng.integers(0, 30, n), unit="D")
    basket = rng.integers(0, 60, n)
    tx = pd.DataFrame(
        {
            "household_id": basket % 4,
            "basket_id": basket,
            "day": days[basket],
            "sales_value": rng.random(n),
            "coupon_disc": rng.random(n) * (rng.random(n) < 0.5),
        }
    )
    starts = pd.Timestamp("2017-03-01") + pd.to_timedelta(np.arange(5, 35), unit="D")
    targets = pd.DataFrame({"household_id": np.arange(30) % 5, "start_date": starts})
    expected = asof_features__loop(tx, targets, 8)
    got = fn(tx, targets, 8)
    return len(got) == len(expected) and bool(np.allclose(got[expected.columns], expected))


def kill_asof__assertions(fn):
    start = pd.Timestamp("2017-06-01")

    def ask(ages, coupons, lookback=7, households=(1,), shift=(0,)):
        tx = pd.DataFrame(
            {
                "household_id": 1,
                "basket_id": [10 + age for age in ages],
                "day": [start - pd.Timedelta(days=age) for age in ages],
                "sales_value": [float(age + 10) for age in ages],
                "coupon_disc": coupons,
            }
        )
        starts = [start + pd.Timedelta(days=s) for s in shift]
        targets = pd.DataFrame({"household_id": list(households), "start_date": starts})
        table = fn(tx, targets, lookback)
        return [
            [float(table[c].iloc[i]) for c in ("baskets", "sales", "coupons", "recency")]
            for i in range(len(targets))
        ]

    assert ask([1, 1], [2.0, 0.0]) == [[1, 22, 1, 1]]
    assert ask([1, 1, 1], [2.0, 2.0, 1.0]) == [[1, 33, 3, 1]]
    assert ask([0], [0.0]) == [[0, 0, 0, 7]]
    assert ask([-2], [0.0]) == [[0, 0, 0, 7]]
    assert ask([7], [0.0]) == [[1, 17, 0, 7]]
    assert ask([8], [0.0]) == [[0, 0, 0, 7]]
    assert ask([1], [0.0], households=(2, 1), shift=(0, 0)) == [[0, 0, 0, 7], [1, 11, 0, 1]]
    assert ask([1], [0.0], households=(1, 1), shift=(0, 3)) == [[1, 11, 0, 1], [1, 11, 0, 4]]
    assert ask([1], [0.0], households=(1, 1), shift=(3, 0)) == [[1, 11, 0, 4], [1, 11, 0, 1]]
    assert ask([1], [0.0], households=(1, 1), shift=(0, 0)) == [[1, 11, 0, 1]] * 2
    assert ask([1], [0.0], households=(1, 1), shift=(0, 30)) == [[1, 11, 0, 1], [0, 0, 0, 7]]
    return True


# ---- logistic_loss_grad ---------------------------------------------------------------------


def logistic_loss_grad__loop(w, b, X, y, l2):
    n, n_features = len(X), len(w)
    loss, grad_w, grad_b = 0.0, [l2 * float(v) for v in w], 0.0
    for row, label in zip(X.tolist(), y.tolist(), strict=True):
        z = sum(v * x for v, x in zip(w.tolist(), row, strict=True)) + b
        loss += (max(z, 0) + math.log1p(math.exp(-abs(z))) - label * z) / n
        p = 1 / (1 + math.exp(-z)) if z >= 0 else math.exp(z) / (1 + math.exp(z))
        grad_b += (p - label) / n
        for j in range(n_features):
            grad_w[j] += (p - label) * row[j] / n
    return loss + l2 / 2 * sum(float(v) ** 2 for v in w), grad_w, grad_b


def logistic_loss_grad__signs(w, b, X, y, l2):
    sign = 2 * np.asarray(y) - 1
    margins = sign * (X.dot(w) + b)
    loss = np.logaddexp(0, -margins).mean() + 0.5 * l2 * np.sum(np.square(w))
    pull = -sign * np.exp(-np.logaddexp(0, margins))
    return [loss, (pull[:, None] * X).mean(axis=0) + l2 * w, pull.mean()]


# ---- calibration_table ----------------------------------------------------------------------


def calibration_table__frame(y, p, bins):
    table = pd.DataFrame({"y": np.asarray(y), "p": np.asarray(p)}).sort_values(
        "p", kind="stable", ignore_index=True
    )
    n = len(table)
    bins = min(bins, n)
    small, larger = divmod(n, bins)
    sizes = [small + 1] * larger + [small] * (bins - larger)
    table["bin"] = np.repeat(np.arange(bins), sizes)
    by = table.groupby("bin").agg(observed=("y", "mean"), predicted=("p", "mean"), n=("y", "size"))
    return by, float(((by["predicted"] - by["observed"]).abs() * by["n"] / n).sum())


def calibration_table__loop(y, p, bins):
    y, p = list(y), list(p)
    ranked = sorted(range(len(p)), key=lambda i: (p[i], i))
    n, bins, start, rows, ece = len(p), min(bins, len(p)), 0, [], 0.0
    for b in range(bins):
        run = ranked[start : start + n // bins + (b < n % bins)]
        start += len(run)
        promised = sum(float(p[i]) for i in run) / len(run)
        came = sum(int(y[i]) for i in run) / len(run)
        rows.append({"n": len(run), "predicted": promised, "observed": came})
        ece += len(run) / n * abs(promised - came)
    return [pd.DataFrame(rows), ece]


# ---- ece_floor ------------------------------------------------------------------------------


def ece_floor__loop(p, u, bins):
    errors = sorted(
        calibration_table__loop([int(x < q) for x, q in zip(row, p, strict=True)], p, bins)[1]
        for row in np.asarray(u).tolist()
    )
    place = 0.95 * (len(errors) - 1)
    low = math.floor(place)
    high = min(low + 1, len(errors) - 1)
    q95 = errors[low] + (place - low) * (errors[high] - errors[low])
    return math.fsum(errors) / len(errors), q95


def ece_floor__sorted_once(p, u, bins):
    order = np.argsort(p, kind="stable")
    ranked = np.asarray(p, dtype=float)[order]
    gaps = (np.asarray(u)[:, order] < ranked) - ranked
    cuts = np.array_split(np.arange(len(ranked)), min(bins, len(ranked)))
    errors = sum(abs(gaps[:, cut].sum(axis=1)) for cut in cuts) / len(ranked)
    return [errors.mean(), np.percentile(errors, 95)]


# ---- recalibrate ----------------------------------------------------------------------------


def recalibrate__newton(p_old, y_old, p_new):
    old, new = (np.clip(np.asarray(p, dtype=float), 1e-6, 1 - 1e-6) for p in (p_old, p_new))
    X = np.column_stack([np.ones(len(old)), np.log(old / (1 - old))])
    y, beta = np.asarray(y_old, dtype=float), np.zeros(2)
    for _ in range(100):
        p = 1 / (1 + np.exp(-(X @ beta)))
        beta += np.linalg.solve((X * (p * (1 - p))[:, None]).T @ X, X.T @ (y - p))
    return (1 / (1 + np.exp(-(beta[0] + beta[1] * np.log(new / (1 - new)))))).tolist()


def recalibrate__minimised(p_old, y_old, p_new):
    z = np.log(np.clip(p_old, 1e-6, 1 - 1e-6)) - np.log1p(-np.clip(p_old, 1e-6, 1 - 1e-6))
    sign = np.where(np.asarray(y_old) == 1, 1.0, -1.0)
    fitted = optimize.minimize(
        lambda b: np.logaddexp(0, -sign * (b[0] + b[1] * z)).mean(), [0.0, 1.0], tol=1e-12
    ).x
    q = np.clip(p_new, 1e-6, 1 - 1e-6)
    return 1 / (1 + np.exp(-fitted[0]) * ((1 - q) / q) ** fitted[1])


def recalibrate__weak_penalty(p_old, y_old, p_new):
    from scipy.special import logit
    from sklearn.linear_model import LogisticRegression

    bounded = [logit(np.clip(p, 1e-6, 1 - 1e-6)).reshape(-1, 1) for p in (p_old, p_new)]
    model = LogisticRegression(C=1e9, max_iter=5000, tol=1e-9).fit(bounded[0], y_old)
    return model.predict_proba(bounded[1])[:, list(model.classes_).index(1)]


# ---- choose_offers --------------------------------------------------------------------------


def choose_offers__until_the_money_is_gone(p, margin, cost, budget):
    ranked = sorted((round(float(cost - p[i] * margin[i]), 9), i) for i in range(len(p)))
    chosen = []
    for loss, i in ranked:
        if loss >= 0 or (len(chosen) + 1) * cost > budget + 1e-9:
            break
        chosen.append(i)
    return chosen


def choose_offers__frame(p, margin, cost, budget):
    value = pd.Series(np.multiply(p, margin) - cost).round(9)
    worth = value[value > 0].sort_values(ascending=False, kind="stable")
    n = len(worth) if math.isinf(budget) else math.floor(budget / cost + 1e-9)
    return worth.index[:n].to_numpy()


# ---- propensity_scores ----------------------------------------------------------------------


def propensity_scores__own_descent(train, y, test):
    log_train, log_test = np.log1p(train.to_numpy(float)), np.log1p(test.to_numpy(float))
    center, spread = log_train.mean(axis=0), log_train.std(axis=0)
    X, X_test = (log_train - center) / spread, (log_test - center) / spread

    def loss(point):
        value, grad_w, grad_b = reference.logistic_loss_grad(
            point[:-1], point[-1], X, y, 20 / len(y)
        )
        return value, np.append(grad_w, grad_b)

    best = optimize.minimize(loss, np.zeros(X.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return (1 / (1 + np.exp(-(X_test @ best[:-1] + best[-1])))).tolist()


def propensity_scores__pipeline(train, y, test):
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    model = make_pipeline(
        FunctionTransformer(np.log1p),
        StandardScaler(),
        LogisticRegression(C=0.03, max_iter=1000),
    )
    positive = list(model.fit(train, y).classes_).index(1)
    return model.predict_proba(test)[:, positive]
