"""Natural answers to notebook 10, written from the statements alone."""

from collections import Counter
from scipy.optimize import minimize
from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score, rand_score
import itertools
import math
from collections import Counter, defaultdict
from functools import reduce

import numpy as np
import pandas as pd
from scipy import optimize, special, stats
from scipy.cluster.vq import kmeans2
from sklearn.cluster import KMeans
from sklearn.linear_model import LinearRegression, PoissonRegressor
from sklearn.metrics import (
    adjusted_rand_score,
    normalized_mutual_info_score,
    rand_score,
    roc_auc_score,
)
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

UNSURE = {}

# ---------------------------------------------------------------- 10.1 break_segmentation


def _seg_base(defect):
    usual = [
        (90, 900.0, 1, 1, 50.0),
        (1, 12.0, 1, 0, 5.0),
        (60, 700.0, 0, 0, 20.0),
        (2, 20.0, 0, 0, 1.0),
    ]
    if defect == "unscaled":
        return [
            (1, 300.0, 1, 1, 5.0),
            (1, 510.0, 0, 0, 3.0),
            (90, 500.0, 1, 0, 8.0),
            (90, 700.0, 0, 0, 2.0),
        ], 2
    if defect == "no_logarithm":
        return [
            (1, 10.0, 1, 1, 5.0),
            (2, 20.0, 0, 0, 3.0),
            (30, 500.0, 1, 0, 8.0),
            (300, 9000.0, 0, 0, 2.0),
        ], 2
    return usual, 2


def break_segmentation__right_minimal(defect):
    return _seg_base(defect)


def _seg_report(customers, k, bug=None):
    d = np.array(customers, dtype=float)
    z = d[:, :2].copy()
    if bug not in ("unscaled", "no_logarithm"):
        z = np.log1p(z)
    if bug != "unscaled":
        sd = z.std(axis=0)
        z = (z - z.mean(axis=0)) / np.where(sd > 0, sd, 1)
    if bug == "always_four":
        k = 4
    lab = KMeans(k, n_init=10, random_state=0).fit_predict(z)
    if bug == "numbers_of_one_run":
        lab = pd.factorize(lab)[0]
    else:
        m = [d[lab == g, 1].mean() for g in range(k)]
        lab = np.argsort(np.argsort(m))[lab]
    given, opened = d[:, 2] == 1, d[:, 3] == 1
    if bug == "before_and_after":
        e = (d[given, 4] - d[given, 1]).mean()
    elif bug == "as_treated":
        e = d[opened, 4].mean() - d[~opened, 4].mean()
    else:
        e = d[given, 4].mean() - d[~given, 4].mean()
    return lab.tolist(), round(float(e), 6)


def break_segmentation__right_random_search(defect):
    rng = np.random.default_rng(1)
    while True:
        n = 6
        o = rng.choice([1, 2, 3, 5, 20, 80, 300], n)
        b = np.exp(rng.uniform(2, 9, n)).round()
        g = np.array([1, 1, 1, 0, 0, 0])
        op = np.array([1, 0, 0, 0, 0, 0])
        after = rng.integers(0, 90, n)
        c = [(int(o[i]), float(b[i]), int(g[i]), int(op[i]), float(after[i])) for i in range(n)]
        if len({r[:2] for r in c}) >= 4 and _seg_report(c, 3) != _seg_report(c, 3, defect):
            return c, 3


def break_segmentation__right_six_customers(defect):
    c = [
        (200, 9500.0, 1, 1, 900.0),
        (25, 400.0, 1, 0, 30.0),
        (20, 300.0, 0, 0, 45.0),
        (1, 10.0, 0, 0, 0.0),
        (2, 15.0, 1, 0, 0.0),
        (1, 20.0, 0, 0, 7.0),
    ]
    if defect == "unscaled":
        return [
            (1, 300.0, 1, 1, 5.0),
            (2, 510.0, 0, 0, 3.0),
            (90, 500.0, 1, 0, 8.0),
            (80, 700.0, 0, 0, 2.0),
        ], 2
    return c, 2


def break_segmentation__wrong_unscaled_clear_groups(defect):
    """For unscaled, orders and spend tell the same two groups, so raw numbers find them too."""
    if defect == "unscaled":
        return [
            (1, 10.0, 1, 1, 5.0),
            (2, 20.0, 0, 0, 3.0),
            (50, 800.0, 1, 0, 8.0),
            (60, 900.0, 0, 0, 2.0),
        ], 2
    return _seg_base(defect)


def break_segmentation__wrong_no_giant(defect):
    """For no_logarithm, nobody is very large: two small and two large customers are two groups with and without log."""
    if defect == "no_logarithm":
        return [
            (1, 10.0, 1, 1, 5.0),
            (2, 20.0, 0, 0, 3.0),
            (50, 800.0, 1, 0, 8.0),
            (60, 900.0, 0, 0, 2.0),
        ], 2
    return _seg_base(defect)


def break_segmentation__wrong_list_already_sorted(defect):
    """For numbers_of_one_run, customers come in order of spend, so numbering as they come is numbering by spend."""
    if defect == "numbers_of_one_run":
        c, k = _seg_base(defect)
        return sorted(c, key=lambda r: r[1]), k
    return _seg_base(defect)


def break_segmentation__wrong_k_is_four(defect):
    """For always_four, k is 4: the defect does what was asked."""
    if defect == "always_four":
        return _seg_base(defect)[0], 4
    return _seg_base(defect)


def break_segmentation__wrong_control_equals_before(defect):
    """For before_and_after, the hold-out spends after what the assigned spent before: both effects are equal."""
    if defect == "before_and_after":
        return [
            (1, 10.0, 1, 1, 15.0),
            (2, 20.0, 1, 0, 25.0),
            (50, 800.0, 0, 0, 10.0),
            (60, 900.0, 0, 0, 20.0),
        ], 2
    return _seg_base(defect)


def break_segmentation__wrong_all_opened(defect):
    """For as_treated, everybody who was assigned opened the mail: the opened are the assigned."""
    if defect == "as_treated":
        return [
            (1, 10.0, 1, 1, 15.0),
            (2, 20.0, 1, 1, 25.0),
            (50, 800.0, 0, 0, 10.0),
            (60, 900.0, 0, 0, 20.0),
        ], 2
    return _seg_base(defect)


def break_segmentation__wrong_same_spend_after(defect):
    """For as_treated and before_and_after everybody spends 10 after; opened and assigned show the same effect of 0."""
    if defect == "as_treated":
        return [(r[0], r[1], r[2], r[3], 10.0) for r in _seg_base(defect)[0]], 2
    return _seg_base(defect)


def break_segmentation__wrong_opened_without_mail(defect):
    """A customer who was not assigned has opened the mail, which the data cannot hold."""
    c, k = _seg_base(defect)
    return [(o, b, g, 1, a) for o, b, g, _, a in c], k


def break_segmentation__wrong_nobody_opened(defect):
    """Nobody opened the mail, although one customer must have."""
    c, k = _seg_base(defect)
    return [(o, b, g, 0, a) for o, b, g, _, a in c], k


def break_segmentation__wrong_three_customers(defect):
    """Only three customers; four to eight are allowed."""
    c, k = _seg_base(defect)
    return c[:3], k


def break_segmentation__wrong_too_rich(defect):
    """Spend above 10,000 is out of range."""
    c, k = _seg_base(defect)
    return [(o, b * 100, g, p, a) for o, b, g, p, a in c], k


def break_segmentation__wrong_twins(defect):
    """Only two different pairs of orders and spend, where at least four are asked."""
    c, k = _seg_base(defect)
    return [(*c[0][:2], *r[2:]) if i % 2 == 0 else (*c[1][:2], *r[2:]) for i, r in enumerate(c)], k


# ---------------------------------------------------------------- 10.2 assign_segments


def _floats(profile):
    return {
        c: pd.to_numeric(profile[c]).astype("Float64").to_numpy(dtype=float, na_value=np.nan)
        for c in "RFM"
    }


def assign_segments__right_select(profile):
    s = _floats(profile)
    R, F, M = s["R"], s["F"], s["M"]
    names = np.select(
        [
            (R >= 4) & (F >= 4) & (M >= 4),
            (F >= 4) & (R >= 3),
            (R <= 2) & ((F >= 4) | (M >= 4)),
            R >= 4,
            R <= 2,
        ],
        ["champions", "loyal", "at risk", "recent", "lost"],
        default="other",
    )
    return pd.Series(names.astype(object), index=profile.index)


def assign_segments__right_loop(profile):
    def num(v):
        return math.nan if pd.isna(v) else float(v)

    out = []
    for r, f, m in zip(profile["R"], profile["F"], profile["M"]):
        r, f, m = num(r), num(f), num(m)
        if r >= 4 and f >= 4 and m >= 4:
            out.append("champions")
        elif f >= 4 and r >= 3:
            out.append("loyal")
        elif r <= 2 and (f >= 4 or m >= 4):
            out.append("at risk")
        elif r >= 4:
            out.append("recent")
        elif r <= 2:
            out.append("lost")
        else:
            out.append("other")
    return pd.Series(out, index=profile.index, dtype=object)


def assign_segments__right_last_rule_first(profile):
    R, F, M = (profile[c].astype("Float64") for c in "RFM")
    yes = lambda c: c.fillna(False).to_numpy(dtype=bool)
    seg = np.full(len(profile), "other", dtype=object)
    seg[yes(R <= 2)] = "lost"
    seg[yes(R >= 4)] = "recent"
    seg[yes(R <= 2) & (yes(F >= 4) | yes(M >= 4))] = "at risk"
    seg[yes(F >= 4) & yes(R >= 3)] = "loyal"
    seg[yes(R >= 4) & yes(F >= 4) & yes(M >= 4)] = "champions"
    return pd.Series(seg, index=profile.index)


def _segments(
    R,
    F,
    M,
    index,
    order=("champions", "loyal", "at risk", "recent", "lost"),
    other="other",
    **rules,
):
    base = {
        "champions": (R >= 4) & (F >= 4) & (M >= 4),
        "loyal": (F >= 4) & (R >= 3),
        "at risk": (R <= 2) & ((F >= 4) | (M >= 4)),
        "recent": R >= 4,
        "lost": R <= 2,
    }
    base |= {k.replace("_", " "): v for k, v in rules.items()}
    return pd.Series(
        np.select([base[n] for n in order], list(order), default=other).astype(object), index=index
    )


def assign_segments__wrong_nullable_raises(profile):
    """Fills nothing: on nullable columns with <NA> the conditions hold <NA>, and np.select raises; plain NaN is right."""
    return _segments(profile["R"], profile["F"], profile["M"], profile.index)


def assign_segments__wrong_loyal_first(profile):
    """Asks 'loyal' before 'champions': no champion is left."""
    s = _floats(profile)
    return _segments(
        *s.values(), profile.index, order=("loyal", "champions", "at risk", "recent", "lost")
    )


def assign_segments__wrong_lost_before_at_risk(profile):
    """Asks 'lost' before 'at risk': nobody is at risk."""
    s = _floats(profile)
    return _segments(
        *s.values(), profile.index, order=("champions", "loyal", "lost", "at risk", "recent")
    )


def assign_segments__wrong_brackets(profile):
    """The brackets around 'F or M' are missing: M of 4 or more is at risk whatever R is (R = 3 or 5 with a low F)."""
    R, F, M = _floats(profile).values()
    return _segments(R, F, M, profile.index, at_risk=(R <= 2) & (F >= 4) | (M >= 4))


def assign_segments__wrong_at_risk_and(profile):
    """At risk asks F and M to be 4 or more, where one of them is enough."""
    R, F, M = _floats(profile).values()
    return _segments(R, F, M, profile.index, at_risk=(R <= 2) & (F >= 4) & (M >= 4))


def assign_segments__wrong_missing_is_zero(profile):
    """Missing scores become 0, so a missing R satisfies 'R is 2 or less': at risk or lost instead of other."""
    R, F, M = (np.nan_to_num(v) for v in _floats(profile).values())
    return _segments(R, F, M, profile.index)


def assign_segments__wrong_strict_low(profile):
    """R < 2 instead of 2 or less: customers with R = 2 are other."""
    R, F, M = _floats(profile).values()
    return _segments(R, F, M, profile.index, at_risk=(R < 2) & ((F >= 4) | (M >= 4)), lost=R < 2)


def assign_segments__wrong_top_is_five(profile):
    """'4 or more' is written > 4: only scores of 5 count."""
    R, F, M = _floats(profile).values()
    return _segments(
        R,
        F,
        M,
        profile.index,
        champions=(R > 4) & (F > 4) & (M > 4),
        loyal=(F > 4) & (R >= 3),
        at_risk=(R <= 2) & ((F > 4) | (M > 4)),
        recent=R > 4,
    )


def assign_segments__wrong_index_lost(profile):
    """The result has a fresh index 0, 1, 2 ... instead of that of profile."""
    s = _floats(profile)
    return _segments(*s.values(), pd.RangeIndex(len(profile)))


def assign_segments__wrong_rest_is_lost(profile):
    """The default is 'lost' instead of 'other': R = 3 with a low F, and a missing R, are called lost."""
    s = _floats(profile)
    return _segments(*s.values(), profile.index, other="lost")


def assign_segments__wrong_missing_left_out(profile):
    """Rows with a missing score get no segment (dropna), although each row has exactly one."""
    p = profile.dropna(subset=["R", "F", "M"])
    s = _floats(p)
    return _segments(*s.values(), p.index).reindex(profile.index)


def assign_segments__wrong_not_high_is_low(profile):
    """'R is 2 or less' is written as not (R > 2): a missing R satisfies it."""
    R, F, M = _floats(profile).values()
    return _segments(
        R, F, M, profile.index, at_risk=~(R > 2) & ((F >= 4) | (M >= 4)), lost=~(R > 2)
    )


def assign_segments__unsure_row_apply(profile):
    def name(row):
        r, f, m = (math.nan if pd.isna(v) else v for v in (row["R"], row["F"], row["M"]))
        if r >= 4 and f >= 4 and m >= 4:
            return "champions"
        if f >= 4 and r >= 3:
            return "loyal"
        if r <= 2 and (f >= 4 or m >= 4):
            return "at risk"
        return "recent" if r >= 4 else "lost" if r <= 2 else "other"

    return profile.apply(name, axis=1)


UNSURE["assign_segments__unsure_row_apply"] = (
    "Right with rows; for a table without rows apply(axis=1) gives an empty Series whose dtype is not str "
    "(a DataFrame in some versions of pandas). The statement does not say what an empty profile gives."
)


def assign_segments__wrong_adds_column(profile):
    """Writes the segment into the caller's table, which must not be changed; the names are right."""
    s = _floats(profile)
    profile["segment"] = _segments(*s.values(), profile.index)
    return profile["segment"]


def assign_segments__wrong_loyal_any_recency(profile):
    """Loyal does not ask for R of 3 or more, so silent frequent customers are loyal instead of at risk."""
    R, F, M = _floats(profile).values()
    return _segments(R, F, M, profile.index, loyal=F >= 4)


# ---------------------------------------------------------------- 10.3 winback_itt


def winback_itt__right_two_means(df):
    after = df["after"].fillna(0)
    a = df["assigned"].astype(bool)
    return after[a].mean() - after[~a].mean()


def winback_itt__right_sums(df):
    a = df["assigned"].to_numpy(dtype=bool)
    y = np.nan_to_num(df["after"].to_numpy(dtype=float))
    if not a.any() or a.all():
        return float("nan")
    return float(y[a].sum() / a.sum() - y[~a].sum() / (~a).sum())


def winback_itt__right_groupby(df):
    m = df.assign(after=df["after"].fillna(0.0)).groupby("assigned")["after"].mean()
    return float(m.get(True, np.nan) - m.get(False, np.nan))


def winback_itt__right_loop(df):
    groups = {True: [], False: []}
    for a, y in zip(df["assigned"], df["after"]):
        groups[bool(a)].append(0.0 if pd.isna(y) else y)
    if not groups[True] or not groups[False]:
        return math.nan
    return sum(groups[True]) / len(groups[True]) - sum(groups[False]) / len(groups[False])


def winback_itt__wrong_nan_skipped(df):
    """NaN in after is skipped, so only buyers are averaged; silent customers spent 0."""
    a = df["assigned"].astype(bool)
    return df.loc[a, "after"].mean() - df.loc[~a, "after"].mean()


def winback_itt__wrong_opened_vs_rest(df):
    """Compares those who opened with everybody else (as treated)."""
    y, o = df["after"].fillna(0), df["opened"].astype(bool)
    return y[o].mean() - y[~o].mean()


def winback_itt__wrong_opened_vs_holdout(df):
    """Compares those who opened with those not assigned (per protocol): openers choose themselves."""
    y = df["after"].fillna(0)
    return y[df["opened"].astype(bool)].mean() - y[~df["assigned"].astype(bool)].mean()


def winback_itt__wrong_before_after(df):
    """Spend after less spend before of the assigned; the hold-out is not used."""
    a = df["assigned"].astype(bool)
    return (df["after"].fillna(0) - df["before"])[a].mean()


def winback_itt__wrong_difference_in_differences(df):
    """Subtracts spend before in both groups: another estimate, which differs when the groups differ before."""
    d = df["after"].fillna(0) - df["before"]
    a = df["assigned"].astype(bool)
    return d[a].mean() - d[~a].mean()


def winback_itt__wrong_totals(df):
    """Difference of totals, not of means: a larger group looks better."""
    y, a = df["after"].fillna(0), df["assigned"].astype(bool)
    return float(y[a].sum() - y[~a].sum())


def winback_itt__wrong_relative(df):
    """A relative lift instead of USD per customer."""
    y, a = df["after"].fillna(0), df["assigned"].astype(bool)
    return y[a].mean() / y[~a].mean() - 1


def winback_itt__wrong_sign(df):
    """Hold-out less assigned: the sign is turned round."""
    y, a = df["after"].fillna(0), df["assigned"].astype(bool)
    return y[~a].mean() - y[a].mean()


def winback_itt__wrong_per_opener(df):
    """Divides the effect by the share who opened (the effect on openers), not by intention to treat."""
    y, a = df["after"].fillna(0), df["assigned"].astype(bool)
    share = df.loc[a, "opened"].mean()
    return (y[a].mean() - y[~a].mean()) / share


def winback_itt__wrong_empty_zero(df):
    """An empty group counts as 0 instead of giving NaN."""
    y, a = df["after"].fillna(0), df["assigned"].astype(bool)
    mean = lambda v: v.mean() if len(v) else 0.0
    return float(mean(y[a]) - mean(y[~a]))


def winback_itt__wrong_empty_raises(df):
    """Looks up both groups after groupby: a KeyError when one is empty instead of NaN."""
    m = df.assign(after=df["after"].fillna(0)).groupby("assigned")["after"].mean()
    return float(m.loc[True] - m.loc[False])


def winback_itt__wrong_changes_input(df):
    """Fills the NaN in the caller's table; the number is right."""
    df["after"] = df["after"].fillna(0)
    return df.loc[df["assigned"], "after"].mean() - df.loc[~df["assigned"], "after"].mean()


def winback_itt__wrong_nan_is_before(df):
    """NaN in after is filled with spend before ('no change') instead of 0."""
    y, a = df["after"].fillna(df["before"]), df["assigned"].astype(bool)
    return y[a].mean() - y[~a].mean()


def winback_itt__wrong_median(df):
    """Medians instead of means; with many zeros both are 0."""
    y, a = df["after"].fillna(0), df["assigned"].astype(bool)
    return y[a].median() - y[~a].median()


# ---------------------------------------------------------------- 10.4 migration_matrix


def migration_matrix__right_crosstab(seg0, seg1, order):
    order = list(order)
    to = seg1.reindex(seg0.index).fillna("gone")
    n = pd.crosstab(seg0.to_numpy(), to.to_numpy()).reindex(
        index=order, columns=[*order, "gone"], fill_value=0
    )
    return n.div(n.sum(axis=1).replace(0, 1), axis=0).astype(float)


def migration_matrix__right_loop(seg0, seg1, order):
    later = dict(seg1.items())
    count = Counter((s, later.get(c, "gone")) for c, s in seg0.items())
    size = Counter(seg0)
    rows = {r: [count[r, c] / size[r] if size[r] else 0.0 for c in [*order, "gone"]] for r in order}
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*order, "gone"])


def migration_matrix__right_numpy(seg0, seg1, order):
    names = list(order) + ["gone"]
    at = {s: i for i, s in enumerate(names)}
    m = np.zeros((len(names), len(names)))
    after = seg1.to_dict()
    for customer, s in seg0.to_dict().items():
        m[at[s], at[after.get(customer, "gone")]] += 1
    m = m[:-1]
    total = m.sum(axis=1, keepdims=True)
    return pd.DataFrame(
        np.divide(m, total, out=np.zeros_like(m), where=total > 0), index=names[:-1], columns=names
    )


def migration_matrix__right_groupby(seg0, seg1, order):
    d = pd.DataFrame({"a": seg0, "b": seg1.reindex(seg0.index)})
    d["b"] = d["b"].where(d["b"].notna(), "gone")
    out = d.groupby("a")["b"].value_counts(normalize=True).unstack(fill_value=0.0)
    return out.reindex(index=list(order), columns=[*order, "gone"]).fillna(0.0)


def _counts(seg0, seg1, order):
    to = seg1.reindex(seg0.index).fillna("gone")
    return (
        pd.crosstab(seg0.to_numpy(), to.to_numpy())
        .reindex(index=list(order), columns=[*order, "gone"], fill_value=0)
        .astype(float)
    )


def migration_matrix__wrong_inner_join(seg0, seg1, order):
    """An inner join: customers who are gone fall out of numerator and denominator; gone is always 0."""
    both = seg0.index.intersection(seg1.index)
    n = _counts(seg0.loc[both], seg1.loc[both], order)
    return n.div(n.sum(axis=1).replace(0, 1), axis=0)


def migration_matrix__wrong_stayed_denominator(seg0, seg1, order):
    """Divides by those who stayed, so rows with gone customers sum to more than 1."""
    n = _counts(seg0, seg1, order)
    return n.div(n[list(order)].sum(axis=1).replace(0, 1), axis=0)


def migration_matrix__wrong_by_position(seg0, seg1, order):
    """Pairs rows by position instead of by customer; shows when the indices are in another order."""
    m = min(len(seg0), len(seg1))
    to = pd.Series(
        list(seg1.to_numpy()[:m]) + ["gone"] * (len(seg0) - m), index=seg0.index, dtype=object
    )
    n = _counts(seg0, to, order)
    return n.div(n.sum(axis=1).replace(0, 1), axis=0)


def migration_matrix__wrong_empty_nan(seg0, seg1, order):
    """Rows of empty segments are NaN (0 / 0) instead of 0."""
    n = _counts(seg0, seg1, order)
    return n.div(n.sum(axis=1), axis=0)


def migration_matrix__wrong_column_shares(seg0, seg1, order):
    """Shares of the column (where they come from), not of the row."""
    n = _counts(seg0, seg1, order)
    return n / n.sum(axis=0).replace(0, 1)


def migration_matrix__wrong_share_of_all(seg0, seg1, order):
    """Shares of all customers, not of the segment of the row."""
    n = _counts(seg0, seg1, order)
    return n / max(n.to_numpy().sum(), 1)


def migration_matrix__wrong_counts(seg0, seg1, order):
    """Returns counts, not shares."""
    return _counts(seg0, seg1, order)


def migration_matrix__wrong_no_reindex(seg0, seg1, order):
    """crosstab as it comes: alphabetical order, and empty segments (or gone, if nobody is) are missing."""
    to = seg1.reindex(seg0.index).fillna("gone")
    return pd.crosstab(seg0.to_numpy(), to.to_numpy(), normalize="index")


def migration_matrix__wrong_transposed(seg0, seg1, order):
    """The second period is in the rows: the matrix is transposed, gone is a row."""
    n = _counts(seg0, seg1, order)
    return n.div(n.sum(axis=1).replace(0, 1), axis=0).T


def migration_matrix__wrong_new_counted(seg0, seg1, order):
    """New customers are given the segment they join in, and count as if they had stayed there."""
    s0 = pd.concat([seg0, seg1[~seg1.index.isin(seg0.index)]])
    n = _counts(s0, seg1, order)
    return n.div(n.sum(axis=1).replace(0, 1), axis=0)


def migration_matrix__wrong_gone_stays(seg0, seg1, order):
    """Missing customers are filled with their old segment (no news, no move): gone is 0."""
    to = seg1.reindex(seg0.index).fillna(seg0)
    n = _counts(seg0, to, order)
    return n.div(n.sum(axis=1).replace(0, 1), axis=0)


def migration_matrix__wrong_no_gone_column(seg0, seg1, order):
    """The column gone is left out; rows do not sum to 1."""
    n = _counts(seg0, seg1, order)
    return n.div(n.sum(axis=1).replace(0, 1), axis=0)[list(order)]


def migration_matrix__wrong_gone_first(seg0, seg1, order):
    """gone is the first column instead of the last."""
    n = _counts(seg0, seg1, order)
    return n.div(n.sum(axis=1).replace(0, 1), axis=0)[["gone", *order]]


def migration_matrix__wrong_rounded(seg0, seg1, order):
    """Shares rounded to two digits, as for display: thirds do not sum to 1."""
    n = _counts(seg0, seg1, order)
    return n.div(n.sum(axis=1).replace(0, 1), axis=0).round(2)


# ---------------------------------------------------------------- 10.5 retention_curve


def retention_curve__right_sets(activity, horizon, end):
    seen = defaultdict(set)
    for c, p in zip(activity["customer_id"], activity["period"]):
        if p <= end:
            seen[c].add(p)
    full = [s for s in seen.values() if min(s) + horizon <= end]
    if not full:
        return np.full(horizon + 1, np.nan)
    return np.array([sum(min(s) + h in s for s in full) / len(full) for h in range(horizon + 1)])


def retention_curve__right_pandas(activity, horizon, end):
    a = activity.loc[activity["period"] <= end, ["customer_id", "period"]].drop_duplicates()
    first = a.groupby("customer_id")["period"].transform("min")
    a = a.assign(age=a["period"] - first)[first + horizon <= end]
    n = a["customer_id"].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    return a["age"].value_counts().reindex(range(horizon + 1), fill_value=0).to_numpy() / n


def retention_curve__right_no_filter_needed(activity, horizon, end):
    first = activity.groupby("customer_id")["period"].min()
    first = first[first + horizon <= end]
    rows = set(zip(activity["customer_id"], activity["period"]))
    if first.empty:
        return np.repeat(np.nan, horizon + 1)
    return np.array(
        [np.mean([(c, p + h) in rows for c, p in first.items()]) for h in range(horizon + 1)]
    )


def retention_curve__right_matrix(activity, horizon, end):
    a = activity[activity["period"] <= end]
    ids, code = np.unique(a["customer_id"].to_numpy(), return_inverse=True)
    period = a["period"].to_numpy()
    first = np.full(len(ids), np.iinfo("int64").max)
    np.minimum.at(first, code, period)
    age = period - first[code] if len(code) else period
    hit = np.zeros((len(ids), horizon + 1), bool)
    keep = age <= horizon
    hit[code[keep], age[keep]] = True
    hit = hit[first <= end - horizon]
    return hit.mean(axis=0) if len(hit) else np.full(horizon + 1, np.nan)


def _ages(activity, end):
    a = activity[activity["period"] <= end][["customer_id", "period"]].drop_duplicates()
    first = a.groupby("customer_id")["period"].transform("min")
    return a.assign(first=first, age=a["period"] - first)


def retention_curve__wrong_rows_counted(activity, horizon, end):
    """Counts orders, not customers: two orders in one period count twice, shares can exceed 1."""
    a = activity[activity["period"] <= end]
    first = a.groupby("customer_id")["period"].transform("min")
    a = a.assign(age=a["period"] - first)[first + horizon <= end]
    n = a["customer_id"].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    return np.array([(a["age"] == h).sum() / n for h in range(horizon + 1)])


def retention_curve__wrong_all_customers(activity, horizon, end):
    """Divides by all who ever joined (late joiners are in the denominator of every element)."""
    a = _ages(activity, end)
    n = a["customer_id"].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    ok = a[a["first"] + horizon <= end]
    return np.array([(ok["age"] == h).sum() / n for h in range(horizon + 1)])


def retention_curve__wrong_late_joiners_in(activity, horizon, end):
    """No condition on follow-up: late joiners count above and below, so the end of the curve is too low."""
    a = _ages(activity, end)
    n = a["customer_id"].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    return np.array([(a["age"] == h).sum() / n for h in range(horizon + 1)])


def retention_curve__wrong_per_element(activity, horizon, end):
    """Each element uses everybody who was observed for h periods, so different customers stand behind the elements."""
    a = _ages(activity, end)
    out = []
    for h in range(horizon + 1):
        ok = a[a["first"] + h <= end]
        n = ok["customer_id"].nunique()
        out.append((ok["age"] == h).sum() / n if n else np.nan)
    return np.array(out)


def retention_curve__wrong_strict_follow_up(activity, horizon, end):
    """first + horizon < end: customers whose horizon ends exactly with the last period are left out."""
    a = _ages(activity, end)
    a = a[a["first"] + horizon < end]
    n = a["customer_id"].nunique()
    return np.array([(a["age"] == h).sum() / n if n else np.nan for h in range(horizon + 1)])


def retention_curve__wrong_or_later(activity, horizon, end):
    """Counts an order h periods after the first or later ('on it or later')."""
    a = _ages(activity, end)
    a = a[a["first"] + horizon <= end]
    if a.empty:
        return np.full(horizon + 1, np.nan)
    last = a.groupby("customer_id")["age"].max()
    return np.array([(last >= h).mean() for h in range(horizon + 1)])


def retention_curve__wrong_unbroken(activity, horizon, end):
    """A customer who skips a period is lost for good: counts unbroken runs only."""
    a = _ages(activity, end)
    a = a[a["first"] + horizon <= end]
    if a.empty:
        return np.full(horizon + 1, np.nan)
    ages = a.groupby("customer_id")["age"].apply(set)
    return np.array(
        [np.mean([all(j in s for j in range(h + 1)) for s in ages]) for h in range(horizon + 1)]
    )


def retention_curve__wrong_horizon_short(activity, horizon, end):
    """range(horizon) instead of horizon + 1: the last element is missing."""
    return retention_curve__right_sets(activity, horizon, end)[:horizon]


def retention_curve__wrong_zeros_for_nobody(activity, horizon, end):
    """All 0 instead of NaN when nobody was observed that long."""
    return np.nan_to_num(retention_curve__right_sets(activity, horizon, end))


def retention_curve__wrong_first_row(activity, horizon, end):
    """The first period is that of a customer's first row, not the smallest: wrong when rows are not sorted."""
    a = activity[activity["period"] <= end][["customer_id", "period"]].drop_duplicates()
    first = a.groupby("customer_id")["period"].transform("first")
    a = a.assign(age=a["period"] - first)[first + horizon <= end]
    n = a["customer_id"].nunique()
    return np.array([(a["age"] == h).sum() / n if n else np.nan for h in range(horizon + 1)])


def retention_curve__wrong_last_period_of_table(activity, horizon, end):
    """Takes the last period in the table for the end, so customers who were not observed completely count."""
    top = activity["period"].max()
    return retention_curve__right_sets(activity, horizon, top)


def retention_curve__wrong_calendar_periods(activity, horizon, end):
    """Counts customers by calendar period 0, 1, ... instead of by age since their own first period."""
    a = _ages(activity, end)
    a = a[a["first"] + horizon <= end]
    n = a["customer_id"].nunique()
    return np.array([(a["period"] == h).sum() / n if n else np.nan for h in range(horizon + 1)])


def retention_curve__wrong_mean_of_cohorts(activity, horizon, end):
    """Averages the curves of the cohorts without their sizes (mean of ratios)."""
    a = _ages(activity, end)
    a = a[a["first"] + horizon <= end]
    if a.empty:
        return np.full(horizon + 1, np.nan)
    curves = [
        [(g["age"] == h).sum() / g["customer_id"].nunique() for h in range(horizon + 1)]
        for _, g in a.groupby("first")
    ]
    return np.mean(curves, axis=0)


def retention_curve__wrong_relative_to_previous(activity, horizon, end):
    """Each element is the share of those active one period before, not of all."""
    c = retention_curve__right_sets(activity, horizon, end)
    with np.errstate(all="ignore"):
        return np.r_[c[:1], c[1:] / c[:-1]]


def retention_curve__wrong_observed_by_last_order(activity, horizon, end):
    """Calls a customer observed only if she has an order at the end of her horizon or later: leavers fall out."""
    a = _ages(activity, end)
    a = a[a.groupby("customer_id")["age"].transform("max") >= horizon]
    n = a["customer_id"].nunique()
    return np.array([(a["age"] == h).sum() / n if n else np.nan for h in range(horizon + 1)])


def retention_curve__wrong_changes_input(activity, horizon, end):
    """Adds columns to the caller's table; the numbers are right."""
    activity["first"] = activity.groupby("customer_id")["period"].transform("min")
    activity["age"] = activity["period"] - activity["first"]
    a = activity[activity["first"] + horizon <= end]
    n = a["customer_id"].nunique()
    return np.array(
        [
            a.loc[a["age"] == h, "customer_id"].nunique() / n if n else np.nan
            for h in range(horizon + 1)
        ]
    )


# ---------------------------------------------------------------- 10.6 kill_retention


def _table(rows):
    return pd.DataFrame(rows, columns=["customer_id", "period"])


_ROWS = [
    (4, 3),
    (1, 2),
    (1, 0),
    (1, 0),
    (2, 1),
    (2, 3),
    (2, 3),
    (2, 2),
    (3, 0),
    (5, 4),
    (5, 5),
    (6, 6),
    (6, 7),
    (7, 1),
    (7, 6),
    (8, 5),
]


def kill_retention__right_hand_made(fn):
    cases = [
        ([(1, 2), (1, 0), (1, 0), (2, 1)], 2, 2, [1, 0, 1]),
        ([(1, 0), (1, 1), (1, 1), (2, 0), (3, 2), (3, 3)], 1, 2, [1, 0.5]),
        ([(1, 0), (1, 1), (1, 1), (2, 0), (3, 2), (3, 3)], 1, 3, [1, 2 / 3]),
        ([(1, 0), (1, 2), (2, 0), (2, 1), (3, 1), (3, 2), (4, 3)], 2, 2, [1, 0.5, 0.5]),
        ([(1, 0), (1, 2), (2, 0), (2, 1), (3, 1), (3, 2), (4, 3), (4, 5)], 2, 3, [1, 2 / 3, 1 / 3]),
        ([(1, 3), (2, 4)], 2, 4, [np.nan] * 3),
        ([(1, 3), (2, 4), (2, 4), (3, 7)], 0, 4, [1]),
        ([(1, 5), (1, 3), (1, 8), (2, 2)], 3, 8, [1, 0, 0.5, 0]),
    ]
    for rows, horizon, end, want in cases:
        t = _table(rows)
        got = np.asarray(fn(t, horizon, end), dtype=float)
        if got.shape != (horizon + 1,) or not np.allclose(got, want, equal_nan=True):
            return False
        if not t.equals(_table(rows)):
            return False
    return True


def kill_retention__right_reference(fn):
    for end in (-1, 0, 2, 4, 8):
        for horizon in (0, 1, 3, 5):
            t = _table(_ROWS)
            got = np.asarray(fn(t, horizon, end), dtype=float)
            want = retention_curve__right_sets(_table(_ROWS), horizon, end)
            if got.shape != want.shape or not np.allclose(got, want, equal_nan=True):
                return False
            if list(t.columns) != ["customer_id", "period"] or not t.equals(_table(_ROWS)):
                return False
    return True


def kill_retention__right_random(fn):
    rng = np.random.default_rng(0)
    for _ in range(25):
        n = int(rng.integers(1, 25))
        t = pd.DataFrame({"customer_id": rng.integers(1, 8, n), "period": rng.integers(0, 9, n)})
        t.index = rng.permutation(n) + 10
        keep = t.copy()
        horizon, end = int(rng.integers(0, 6)), int(rng.integers(0, 9))
        got = fn(t, horizon, end)
        want = retention_curve__right_sets(keep, horizon, end)
        if (
            len(got) != horizon + 1
            or not np.allclose(np.array(got, float), want, equal_nan=True)
            or not t.equals(keep)
        ):
            return False
    return True


def kill_retention__wrong_example_only(fn):
    """Tests only the docstring's example."""
    return np.allclose(fn(_table([(1, 0), (1, 0), (1, 2), (2, 1)]), 2, 2), [1, 0, 1])


def kill_retention__wrong_exact_floats(fn):
    """Compares thirds exactly (2/3 against 1 - 1/3, which differ in the last bit), so right versions are rejected."""
    t = _table([(1, 0), (1, 1), (2, 0), (2, 1), (3, 0)])
    return fn(t, 1, 1).tolist() == [1.0, 1 - 1 / 3] and kill_retention__right_reference(fn)


def kill_retention__wrong_nan_equality(fn):
    """Compares with array_equal without equal_nan: NaN is not equal to NaN, so every right version is rejected."""
    return bool(
        np.array_equal(fn(_table([(1, 0), (1, 0), (1, 2), (2, 1)]), 2, 2), [1, 0, 1])
        and np.array_equal(fn(_table([(1, 3)]), 2, 4), np.full(3, np.nan))
    )


def kill_retention__wrong_monotone(fn):
    """Demands that the curve never rises; a customer may come back, so right versions are rejected."""
    c = np.asarray(fn(_table([(1, 0), (1, 2), (2, 0), (2, 2), (3, 0), (3, 1)]), 2, 2), float)
    return bool(np.isclose(c[0], 1) and np.all(np.diff(c) <= 0))


def kill_retention__wrong_properties_only(fn):
    """Checks only the shape, the 1 at the start and the range 0 to 1; most mistakes keep those."""
    c = np.asarray(fn(_table(_ROWS), 3, 6), float)
    return c.shape == (4,) and c[0] == 1 and bool(((c >= 0) & (c <= 1)).all())


def kill_retention__wrong_no_repeats(fn):
    """No customer buys twice in a period, rows are sorted, nobody joins late: three or more mistakes pass."""
    t = _table([(1, 0), (1, 1), (2, 0), (2, 2), (3, 0), (3, 1), (3, 2)])
    return bool(np.allclose(fn(t, 2, 3), [1, 2 / 3, 2 / 3]))


def kill_retention__wrong_one_horizon(fn):
    """One table with one horizon, nobody exactly at the limit and never NaN: strictness and NaN are not tested."""
    t = _table([(1, 0), (1, 0), (1, 2), (2, 0), (3, 4)])
    return bool(np.allclose(fn(t, 2, 5), [1, 0, 0.5]))


def kill_retention__wrong_exception_for_nobody(fn):
    """Demands a ValueError when nobody was observed long enough; the contract says NaN."""
    try:
        fn(_table([(1, 3)]), 5, 4)
    except ValueError:
        return kill_retention__right_hand_made(fn)
    return False


def kill_retention__wrong_zero_for_nobody(fn):
    """Expects zeros when nobody was observed long enough, so right versions (NaN) are rejected."""
    return bool(kill_retention__right_hand_made(fn) and np.allclose(fn(_table([(1, 3)]), 2, 4), 0))


def kill_retention__wrong_per_element_expected(fn):
    """The tester's own expectation uses a new denominator for each element, so it rejects right versions."""
    t = _table([(1, 0), (1, 1), (2, 1), (3, 2)])
    return bool(np.allclose(fn(t, 2, 2), retention_curve__wrong_per_element(t, 2, 2)))


def kill_retention__wrong_loose_tolerance(fn):
    """A tolerance of 0.5 accepts nearly any curve of the right shape."""
    want = retention_curve__right_sets(_table(_ROWS), 2, 6)
    return bool(np.allclose(fn(_table(_ROWS), 2, 6), want, atol=0.5))


# ---------------------------------------------------------------- 10.7 kmeans_segments


def _kmeans_z(df):
    z = np.log1p(df[["recency", "frequency", "monetary"]].to_numpy(dtype=float))
    sd = z.std(axis=0)
    return (z - z.mean(axis=0)) / np.where(sd > 1e-12, sd, 1)


def kmeans_segments__right_sklearn(df, k, seed=0):
    lab = KMeans(n_clusters=k, n_init=10, random_state=seed).fit_predict(_kmeans_z(df))
    means = df["monetary"].groupby(lab).mean()
    return pd.Series(
        means.rank(method="first").astype(int).sub(1).loc[lab].to_numpy(), index=df.index
    )


def kmeans_segments__right_scaler(df, k, seed=0):
    z = StandardScaler().fit_transform(
        np.log1p(df[["recency", "frequency", "monetary"]].astype(float))
    )
    lab = KMeans(k, n_init=25, random_state=seed).fit(z).labels_
    money = df["monetary"].to_numpy(float)
    order = sorted(range(k), key=lambda g: money[lab == g].mean())
    name = {g: i for i, g in enumerate(order)}
    return pd.Series([name[g] for g in lab], index=df.index, dtype=int)


def kmeans_segments__right_own_lloyd(df, k, seed=0):
    z, rng = _kmeans_z(df), np.random.default_rng(seed)
    best = None
    for _ in range(40):
        pick = [int(rng.integers(len(z)))]
        while len(pick) < k:
            d = ((z[:, None] - z[pick][None]) ** 2).sum(2).min(1)
            pick.append(int(rng.choice(len(z), p=d / d.sum())))
        c = z[pick]
        for _ in range(100):
            lab = ((z[:, None] - c[None]) ** 2).sum(2).argmin(1)
            new = np.array([z[lab == g].mean(0) if (lab == g).any() else c[g] for g in range(k)])
            if np.allclose(new, c):
                break
            c = new
        sse = ((z - c[lab]) ** 2).sum()
        if len(set(lab)) == k and (best is None or sse < best[0] - 1e-12):
            best = sse, lab
    lab = best[1]
    m = np.array([df["monetary"].to_numpy(float)[lab == g].mean() for g in range(k)])
    return pd.Series(np.argsort(np.argsort(m))[lab], index=df.index)


def kmeans_segments__right_ddof_one(df, k, seed=0):
    z = np.log1p(df[["recency", "frequency", "monetary"]].astype(float))
    z = ((z - z.mean()) / z.std().replace(0, 1)).fillna(0)
    lab = pd.Series(
        KMeans(k, n_init=15, random_state=seed).fit_predict(z.to_numpy()), index=df.index
    )
    order = df["monetary"].groupby(lab.to_numpy()).mean().sort_values().index
    return lab.map({g: i for i, g in enumerate(order)}).astype(int)


def _numbered(df, lab, k):
    m = np.array([df["monetary"].to_numpy(float)[lab == g].mean() for g in range(k)])
    return pd.Series(np.argsort(np.argsort(m))[lab], index=df.index)


def kmeans_segments__wrong_raw_numbers(df, k, seed=0):
    """Keeps the numbers of the run: they mean something else with another seed."""
    return pd.Series(
        KMeans(k, n_init=10, random_state=seed).fit_predict(_kmeans_z(df)), index=df.index
    )


def kmeans_segments__wrong_argsort_once(df, k, seed=0):
    """Uses argsort as if it were the rank: with three or more segments numbers can be permuted."""
    lab = KMeans(k, n_init=10, random_state=seed).fit_predict(_kmeans_z(df))
    m = [df["monetary"].to_numpy(float)[lab == g].mean() for g in range(k)]
    return pd.Series(np.argsort(m)[lab], index=df.index)


def kmeans_segments__wrong_no_log(df, k, seed=0):
    """Standardises without log1p: a few very large customers become segments of their own."""
    z = StandardScaler().fit_transform(df[["recency", "frequency", "monetary"]].astype(float))
    return _numbered(df, KMeans(k, n_init=10, random_state=seed).fit_predict(z), k)


def kmeans_segments__wrong_not_standardised(df, k, seed=0):
    """Takes log1p but does not standardise: the column with the widest logarithm decides."""
    z = np.log1p(df[["recency", "frequency", "monetary"]].to_numpy(float))
    return _numbered(df, KMeans(k, n_init=10, random_state=seed).fit_predict(z), k)


def kmeans_segments__wrong_raw_columns(df, k, seed=0):
    """Clusters the raw columns: days and dollars outweigh orders."""
    z = df[["recency", "frequency", "monetary"]].to_numpy(float)
    return _numbered(df, KMeans(k, n_init=10, random_state=seed).fit_predict(z), k)


def kmeans_segments__wrong_scale_before_log(df, k, seed=0):
    """Scales to 0..1 first and takes log1p afterwards, where the logarithm is nearly a line."""
    z = np.log1p(
        MinMaxScaler().fit_transform(df[["recency", "frequency", "monetary"]].astype(float))
    )
    z = StandardScaler().fit_transform(z)
    return _numbered(df, KMeans(k, n_init=10, random_state=seed).fit_predict(z), k)


def kmeans_segments__wrong_highest_first(df, k, seed=0):
    """Segment 0 has the highest mean spend instead of the lowest."""
    return k - 1 - kmeans_segments__right_sklearn(df, k, seed)


def kmeans_segments__wrong_ordered_by_centre(df, k, seed=0):
    """Numbers by the centre of the standardised logarithm: by geometric means, which a single big spender can order differently from USD."""
    km = KMeans(k, n_init=10, random_state=seed).fit(_kmeans_z(df))
    return pd.Series(np.argsort(np.argsort(km.cluster_centers_[:, 2]))[km.labels_], index=df.index)


def kmeans_segments__wrong_ordered_by_total(df, k, seed=0):
    """Numbers by the total spend of a segment, so a large segment of small customers can come last."""
    lab = KMeans(k, n_init=10, random_state=seed).fit_predict(_kmeans_z(df))
    m = [df["monetary"].to_numpy(float)[lab == g].sum() for g in range(k)]
    return pd.Series(np.argsort(np.argsort(m))[lab], index=df.index)


def kmeans_segments__wrong_ordered_by_frequency(df, k, seed=0):
    """Numbers by mean frequency instead of mean monetary."""
    lab = KMeans(k, n_init=10, random_state=seed).fit_predict(_kmeans_z(df))
    m = [df["frequency"].to_numpy(float)[lab == g].mean() for g in range(k)]
    return pd.Series(np.argsort(np.argsort(m))[lab], index=df.index)


def kmeans_segments__wrong_all_columns(df, k, seed=0):
    """Uses every column of the table, also the number of the customer."""
    z = StandardScaler().fit_transform(np.log1p(df.astype(float)))
    return _numbered(df, KMeans(k, n_init=10, random_state=seed).fit_predict(z), k)


def kmeans_segments__wrong_plain_log(df, k, seed=0):
    """log instead of log1p: a 0 becomes minus infinity, and k-means raises."""
    with np.errstate(all="ignore"):
        z = np.log(df[["recency", "frequency", "monetary"]].to_numpy(float))
        z = (z - z.mean(axis=0)) / z.std(axis=0)
    return _numbered(df, KMeans(k, n_init=10, random_state=seed).fit_predict(z), k)


def kmeans_segments__wrong_constant_nan(df, k, seed=0):
    """Divides by a standard deviation of 0: a constant column becomes NaN, and k-means raises."""
    z = np.log1p(df[["recency", "frequency", "monetary"]].astype(float))
    z = (z - z.mean()) / z.std(ddof=0)
    return _numbered(df, KMeans(k, n_init=10, random_state=seed).fit_predict(z.to_numpy()), k)


def kmeans_segments__wrong_one_start(df, k, seed=0):
    """One random start: it can end in a poor local optimum where ten starts would not; seldom visible on clear groups."""
    lab = KMeans(k, init="random", n_init=1, random_state=seed).fit_predict(_kmeans_z(df))
    return _numbered(df, lab, k)


def kmeans_segments__wrong_index_lost(df, k, seed=0):
    """The result has the index 0, 1, 2 ... instead of that of df."""
    return kmeans_segments__right_sklearn(df, k, seed).reset_index(drop=True)


# ---------------------------------------------------------------- 10.8 bootstrap_stability


def bootstrap_stability__right_sklearn(X, fit_predict, n, seed):
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    out = []
    for _ in range(n):
        i = rng.integers(0, len(X), len(X))
        out.append(adjusted_rand_score(base[i], fit_predict(X[i])))
    return float(np.mean(out))


def bootstrap_stability__right_random_state(X, fit_predict, n, seed):
    r = np.random.RandomState(seed)
    base = np.array(list(fit_predict(X)))
    draws = [r.choice(len(X), size=len(X), replace=True) for _ in range(n)]
    return sum(adjusted_rand_score(base[d], np.array(list(fit_predict(X[d])))) for d in draws) / n


def _ari(a, b):
    a, b = pd.factorize(np.asarray(a))[0], pd.factorize(np.asarray(b))[0]
    t = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(t, (a, b), 1)
    c = lambda v: (v * (v - 1) / 2).sum()
    s, u, v, all_ = c(t), c(t.sum(1)), c(t.sum(0)), len(a) * (len(a) - 1) / 2
    if all_ == 0:
        return 1.0
    e, top = u * v / all_, (u + v) / 2
    return 1.0 if top == e else (s - e) / (top - e)


def bootstrap_stability__right_own_index(X, fit_predict, n, seed):
    rng = np.random.default_rng(seed)
    whole = np.asarray(fit_predict(X))
    rows = rng.integers(len(X), size=(n, len(X)))
    return float(np.mean([_ari(whole[r], fit_predict(X[r])) for r in rows]))


def bootstrap_stability__wrong_unadjusted(X, fit_predict, n, seed):
    """The plain Rand index, which is far above 0 by chance."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    rows = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(np.mean([rand_score(base[i], fit_predict(X[i])) for i in rows]))


def bootstrap_stability__wrong_same_names(X, fit_predict, n, seed):
    """The share of equal labels: names mean nothing, so permuted labels look unstable."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    rows = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(np.mean([(base[i] == np.asarray(fit_predict(X[i]))).mean() for i in rows]))


def bootstrap_stability__wrong_base_not_indexed(X, fit_predict, n, seed):
    """Compares with the labels of all rows in their old order, not of the drawn rows: about 0 for good segments."""
    rng = np.random.default_rng(seed)
    base = fit_predict(X)
    rows = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(np.mean([adjusted_rand_score(base, fit_predict(X[i])) for i in rows]))


def bootstrap_stability__wrong_permutation(X, fit_predict, n, seed):
    """Draws without replacement: a permutation of all rows, so nothing is resampled and the result is too near 1."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    rows = [rng.permutation(len(X)) for _ in range(n)]
    return float(np.mean([adjusted_rand_score(base[i], fit_predict(X[i])) for i in rows]))


def bootstrap_stability__wrong_half_samples(X, fit_predict, n, seed):
    """Subsamples half of the rows without replacement instead of a bootstrap of as many rows as X."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    rows = [rng.choice(len(X), max(len(X) // 2, 1), replace=False) for _ in range(n)]
    return float(np.mean([adjusted_rand_score(base[i], fit_predict(X[i])) for i in rows]))


def bootstrap_stability__wrong_seed_ignored(X, fit_predict, n, seed):
    """The generator is not seeded: the same seed gives different values."""
    rng = np.random.default_rng()
    base = np.asarray(fit_predict(X))
    rows = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(np.mean([adjusted_rand_score(base[i], fit_predict(X[i])) for i in rows]))


def bootstrap_stability__wrong_seed_in_loop(X, fit_predict, n, seed):
    """The generator is made anew in each round: all n resamples are the same one."""
    base = np.asarray(fit_predict(X))
    out = []
    for _ in range(n):
        i = np.random.default_rng(seed).integers(0, len(X), len(X))
        out.append(adjusted_rand_score(base[i], fit_predict(X[i])))
    return float(np.mean(out))


def bootstrap_stability__wrong_clusters_all_again(X, fit_predict, n, seed):
    """Clusters all of X again and picks the drawn rows; the resample itself is never clustered, so the result is always 1."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    rows = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(
        np.mean([adjusted_rand_score(base[i], np.asarray(fit_predict(X))[i]) for i in rows])
    )


def bootstrap_stability__wrong_last_only(X, fit_predict, n, seed):
    """Returns the index of the last resample instead of the mean."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    for _ in range(n):
        i = rng.integers(0, len(X), len(X))
        value = adjusted_rand_score(base[i], fit_predict(X[i]))
    return float(value)


def bootstrap_stability__wrong_worst(X, fit_predict, n, seed):
    """The minimum over resamples instead of the mean."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    rows = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(min(adjusted_rand_score(base[i], fit_predict(X[i])) for i in rows))


def bootstrap_stability__wrong_mutual_information(X, fit_predict, n, seed):
    """Normalised mutual information instead of the adjusted Rand index."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    rows = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(np.mean([normalized_mutual_info_score(base[i], fit_predict(X[i])) for i in rows]))


def bootstrap_stability__wrong_sorted_rows(X, fit_predict, n, seed):
    """Indexes the old labels with the sorted draw and clusters the unsorted one: rows do not match."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    rows = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(np.mean([adjusted_rand_score(base[np.sort(i)], fit_predict(X[i])) for i in rows]))


def bootstrap_stability__wrong_two_draws(X, fit_predict, n, seed):
    """Draws one set of rows for the old labels and another for the clustering."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    m = len(X)
    return float(
        np.mean(
            [
                adjusted_rand_score(
                    base[rng.integers(0, m, m)], fit_predict(X[rng.integers(0, m, m)])
                )
                for _ in range(n)
            ]
        )
    )


def bootstrap_stability__wrong_last_row_never(X, fit_predict, n, seed):
    """integers(0, len - 1) has an open end, so the last row is never drawn."""
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    rows = [rng.integers(0, len(X) - 1, len(X)) for _ in range(n)]
    return float(np.mean([adjusted_rand_score(base[i], fit_predict(X[i])) for i in rows]))


# ---------------------------------------------------------------- 10.9 bgnbd_neg_log_likelihood


def bgnbd_neg_log_likelihood__right_betaln(params, x, t_x, T):
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
    stay = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    x1 = np.maximum(x, 1)
    gone = special.betaln(a + 1, b + x1 - 1) - (r + x) * np.log(alpha + t_x)
    gone = np.where(x > 0, gone, -np.inf)
    return float(-(common + np.logaddexp(stay, gone)).sum())


def bgnbd_neg_log_likelihood__right_a1_to_a4(params, x, t_x, T):
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    g = special.gammaln
    A1 = g(r + x) - g(r) + r * np.log(alpha)
    A2 = g(a + b) + g(b + x) - g(b) - g(a + b + x)
    A3 = -(r + x) * np.log(alpha + T)
    with np.errstate(all="ignore"):
        A4 = np.where(
            x > 0,
            np.log(a) - np.log(b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x),
            -np.inf,
        )
    m = np.maximum(A3, A4)
    return -np.sum(A1 + A2 + m + np.log(np.exp(A3 - m) + np.exp(A4 - m)))


def bgnbd_neg_log_likelihood__right_loop(params, x, t_x, T):
    r, alpha, a, b = map(float, params)
    lg = math.lgamma

    def lbeta(p, q):
        return lg(p) + lg(q) - lg(p + q)

    total = 0.0
    for n, t, end in zip(x, t_x, T):
        n, t, end = float(n), float(t), float(end)
        base = lg(r + n) - lg(r) + r * math.log(alpha) - lbeta(a, b)
        one = lbeta(a, b + n) - (r + n) * math.log(alpha + end)
        if n > 0:
            two = lbeta(a + 1, b + n - 1) - (r + n) * math.log(alpha + t)
            top = max(one, two)
            one = top + math.log(math.exp(one - top) + math.exp(two - top))
        total -= base + one
    return total


def _bg(params, x, t_x, T, combine=np.logaddexp, mask=True):
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
    one = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    two = special.betaln(a + 1, b + x - 1) - (r + x) * np.log(alpha + t_x)
    if mask:
        two = np.where(x > 0, two, -np.inf)
    with np.errstate(all="ignore"):
        return -(common + combine(one, two))


def bgnbd_neg_log_likelihood__wrong_as_printed(params, x, t_x, T):
    """Computes gamma, beta and powers as printed: overflows to inf or NaN for customers with hundreds of purchases."""
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    with np.errstate(all="ignore"):
        g = special.gamma(r + x) * alpha**r / special.gamma(r)
        L = special.beta(a, b + x) / special.beta(a, b) * g / (alpha + T) ** (r + x)
        two = (
            special.beta(a + 1, b + np.maximum(x, 1) - 1)
            / special.beta(a, b)
            * g
            / (alpha + t_x) ** (r + x)
        )
        return float(-np.log(L + np.where(x > 0, two, 0)).sum())


def bgnbd_neg_log_likelihood__wrong_log_of_exp_sum(params, x, t_x, T):
    """Takes exp of both terms before the sum: for many purchases both underflow to 0 and the result is infinite."""
    return float(_bg(params, x, t_x, T, lambda u, v: np.log(np.exp(u) + np.exp(v))).sum())


def bgnbd_neg_log_likelihood__wrong_mean(params, x, t_x, T):
    """The mean over customers, not the sum (and NaN for no customers)."""
    return float(_bg(params, x, t_x, T).mean()) if len(x) else 0.0


def bgnbd_neg_log_likelihood__wrong_sign(params, x, t_x, T):
    """Returns the log-likelihood without the minus."""
    return -float(_bg(params, x, t_x, T).sum())


def bgnbd_neg_log_likelihood__wrong_no_delta(params, x, t_x, T):
    """The second term is there for x = 0 too (leaving before a repeat purchase); NaN or wrong for one-time buyers."""
    return float(_bg(params, x, t_x, T, mask=False).sum())


def bgnbd_neg_log_likelihood__wrong_delta_above_one(params, x, t_x, T):
    """Uses the second term only for x > 1: wrong for customers with one repeat purchase."""
    x = np.asarray(x, float)
    one = _bg(params, x, t_x, T, lambda u, v: u)
    return float(np.where(x > 1, _bg(params, x, t_x, T), one).sum())


def bgnbd_neg_log_likelihood__wrong_times_swapped(params, x, t_x, T):
    """t_x and T are swapped between the terms; shows wherever x > 0 or for one-time buyers (t_x = 0)."""
    return float(_bg(params, x, T, t_x).sum())


def bgnbd_neg_log_likelihood__wrong_second_without_beta(params, x, t_x, T):
    """1 / B(a, b) is applied to the first term only."""
    r, alpha, a, b = params
    lb = special.betaln(a, b)
    return float(_bg(params, x, t_x, T, lambda u, v: np.logaddexp(u, v + lb)).sum())


def bgnbd_neg_log_likelihood__wrong_alpha_forgotten(params, x, t_x, T):
    """alpha ** r is forgotten (r log alpha is missing); equal only for alpha = 1."""
    return float((_bg(params, x, t_x, T) + params[0] * np.log(params[1])).sum())


def bgnbd_neg_log_likelihood__wrong_terms_added_in_logs(params, x, t_x, T):
    """Adds the logarithms of the two terms, which multiplies the terms."""
    return float(_bg(params, x, t_x, T, lambda u, v: u + np.where(np.isfinite(v), v, 0)).sum())


def bgnbd_neg_log_likelihood__wrong_larger_term(params, x, t_x, T):
    """Keeps only the larger of the two terms instead of their sum."""
    return float(_bg(params, x, t_x, T, np.maximum).sum())


def bgnbd_neg_log_likelihood__wrong_log_params(params, x, t_x, T):
    """Reads params as logarithms and takes exp first."""
    return float(_bg(np.exp(np.asarray(params, float)), x, t_x, T).sum())


def bgnbd_neg_log_likelihood__wrong_params_order(params, x, t_x, T):
    """Unpacks a and b in the wrong order."""
    r, alpha, b, a = params
    return float(_bg((r, alpha, a, b), x, t_x, T).sum())


def bgnbd_neg_log_likelihood__wrong_per_customer(params, x, t_x, T):
    """Returns one number for each customer; the sum is missing."""
    return _bg(params, x, t_x, T)


def bgnbd_neg_log_likelihood__wrong_beta_not_raised(params, x, t_x, T):
    """B(a, b + x - 1) instead of B(a + 1, b + x - 1) in the second term."""
    r, alpha, a, b = params
    x = np.asarray(x, float)
    x1 = np.maximum(x, 1)
    shift = special.betaln(a, b + x1 - 1) - special.betaln(a + 1, b + x1 - 1)
    return float(_bg(params, x, t_x, T, lambda u, v: np.logaddexp(u, v + shift)).sum())


# ---------------------------------------------------------------- 10.10 ziln_loss


def ziln_loss__right_where(y, logit, mu, sigma):
    y, logit, mu, sigma = (np.asarray(v, dtype=float) for v in (y, logit, mu, sigma))
    buys = y > 0
    logy = np.log(np.where(buys, y, 1.0))
    density = logy + np.log(sigma) + 0.5 * np.log(2 * np.pi) + 0.5 * ((logy - mu) / sigma) ** 2
    return float(np.mean(np.where(buys, np.logaddexp(0, -logit) + density, np.logaddexp(0, logit))))


def ziln_loss__right_scipy(y, logit, mu, sigma):
    y = np.asarray(y, dtype=float)
    logit, mu, sigma = np.broadcast_arrays(
        np.asarray(logit, float), np.asarray(mu, float), np.asarray(sigma, float) + 0 * y
    )
    b = y > 0
    loss = np.logaddexp(0, logit)
    ln = np.log(y[b])
    loss[b] = np.logaddexp(0, -logit[b]) - stats.norm.logpdf(ln, mu[b], sigma[b]) + ln
    return loss.mean()


def ziln_loss__right_loop(y, logit, mu, sigma):
    n = len(y)
    s = [sigma] * n if np.ndim(sigma) == 0 else sigma
    softplus = lambda v: max(v, 0.0) + math.log1p(math.exp(-abs(v)))
    total = 0.0
    for i in range(n):
        v = float(logit[i])
        if y[i] > 0:
            w = math.log(y[i])
            total += (
                softplus(-v)
                + w
                + math.log(s[i])
                + math.log(2 * math.pi) / 2
                + (w - mu[i]) ** 2 / (2 * s[i] ** 2)
            )
        else:
            total += softplus(v)
    return total / n


def ziln_loss__right_expit(y, logit, mu, sigma):
    y = np.asarray(y, float)
    sign = np.where(y > 0, 1.0, -1.0)
    out = -special.log_expit(sign * np.asarray(logit, float)).sum()
    b = y > 0
    s = (
        np.full(len(y), sigma, dtype=float)
        if np.isscalar(sigma)
        else np.broadcast_to(np.asarray(sigma, float), y.shape)
    )
    z = (np.log(y[b]) - np.asarray(mu, float)[b]) / s[b]
    out += (np.log(y[b] * s[b] * np.sqrt(2 * np.pi)) + z**2 / 2).sum()
    return out / len(y)


def _ziln(y, logit, mu, sigma, jacobian=True, logsigma=True, const=True, half=0.5):
    y, logit, mu = (np.asarray(v, dtype=float) for v in (y, logit, mu))
    sigma = np.asarray(sigma, float) + 0 * y
    b = y > 0
    ly = np.log(np.where(b, y, 1.0))
    d = half * ((ly - mu) / sigma) ** 2
    d = (
        d
        + (ly if jacobian else 0)
        + (np.log(sigma) if logsigma else 0)
        + (0.5 * np.log(2 * np.pi) if const else 0)
    )
    return np.where(b, np.logaddexp(0, -logit), np.logaddexp(0, logit)), np.where(b, d, 0.0), b


def ziln_loss__wrong_no_jacobian(y, logit, mu, sigma):
    """Uses the density of the logarithm: the log y of the density of spend itself is missing."""
    p, d, _ = _ziln(y, logit, mu, sigma, jacobian=False)
    return float((p + d).mean())


def ziln_loss__wrong_sum(y, logit, mu, sigma):
    """The sum over customers, not the mean."""
    p, d, _ = _ziln(y, logit, mu, sigma)
    return float((p + d).sum())


def ziln_loss__wrong_buyers_mean(y, logit, mu, sigma):
    """Averages the lognormal part over buyers only, instead of over all customers."""
    p, d, b = _ziln(y, logit, mu, sigma)
    return float(p.mean() + (d[b].mean() if b.any() else 0))


def ziln_loss__wrong_naive_sigmoid(y, logit, mu, sigma):
    """log of the sigmoid: at log-odds of 900 or -900 it is log(0), so the loss is infinite or NaN."""
    _, d, b = _ziln(y, logit, mu, sigma)
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-np.asarray(logit, float)))
        return float((np.where(b, -np.log(p), -np.log(1 - p)) + d).mean())


def ziln_loss__wrong_clipped_probability(y, logit, mu, sigma):
    """Clips the probability to 1e-7: finite, but a surprise at log-odds of 900 costs 16 instead of 900."""
    _, d, b = _ziln(y, logit, mu, sigma)
    p = np.clip(special.expit(np.asarray(logit, float)), 1e-7, 1 - 1e-7)
    return float((np.where(b, -np.log(p), -np.log(1 - p)) + d).mean())


def ziln_loss__wrong_sign_of_logit(y, logit, mu, sigma):
    """The log-odds are taken for those of spending nothing; not visible at log-odds of 0, as in the example."""
    p, d, _ = _ziln(y, -np.asarray(logit, float), mu, sigma)
    return float((p + d).mean())


def ziln_loss__wrong_no_log_sigma(y, logit, mu, sigma):
    """log sigma is missing; not visible at sigma = 1, as in the example."""
    p, d, _ = _ziln(y, logit, mu, sigma, logsigma=False)
    return float((p + d).mean())


def ziln_loss__wrong_no_constant(y, logit, mu, sigma):
    """log(2 pi) / 2 is dropped as a constant."""
    p, d, _ = _ziln(y, logit, mu, sigma, const=False)
    return float((p + d).mean())


def ziln_loss__wrong_no_half(y, logit, mu, sigma):
    """The factor 1/2 of the squared error is missing; not visible where log y equals mu, as in the example."""
    p, d, _ = _ziln(y, logit, mu, sigma, half=1.0)
    return float((p + d).mean())


def ziln_loss__wrong_variance_for_sd(y, logit, mu, sigma):
    """Reads sigma as a variance: visible wherever sigma is not 1."""
    p, d, _ = _ziln(y, logit, mu, np.sqrt(sigma))
    return float((p + d).mean())


def ziln_loss__wrong_zero_times_inf(y, logit, mu, sigma):
    """Multiplies by an indicator after log(0): 0 times infinity is NaN for customers who spend nothing."""
    y, logit, mu = (np.asarray(v, float) for v in (y, logit, mu))
    b = (y > 0).astype(float)
    with np.errstate(all="ignore"):
        d = (
            np.log(y)
            + np.log(sigma)
            + 0.5 * np.log(2 * np.pi)
            + 0.5 * ((np.log(y) - mu) / sigma) ** 2
        )
        return float(
            np.mean(b * np.logaddexp(0, -logit) + (1 - b) * np.logaddexp(0, logit) + b * d)
        )


def ziln_loss__wrong_log1p(y, logit, mu, sigma):
    """log1p(y) for log(y): the model is on the natural logarithm of spend."""
    y = np.asarray(y, float)
    p, _, b = _ziln(y, logit, mu, sigma)
    _, d, _ = _ziln(np.where(b, y + 1, 0), logit, mu, sigma)
    return float((p + d).mean())


def ziln_loss__wrong_sigma_scalar_only(y, logit, mu, sigma):
    """Uses sigma unmasked next to masked buyers: with one sigma for each customer the shapes do not match and it raises."""
    y, logit, mu = (np.asarray(v, float) for v in (y, logit, mu))
    b = y > 0
    z = (np.log(y[b]) - mu[b]) / sigma
    d = np.log(y[b]) + np.log(sigma) + 0.5 * np.log(2 * np.pi) + 0.5 * z**2
    return float(
        (np.where(b, np.logaddexp(0, -logit), np.logaddexp(0, logit)).sum() + d.sum()) / len(y)
    )


def ziln_loss__wrong_jacobian_sign(y, logit, mu, sigma):
    """Subtracts log y instead of adding it."""
    p, d, b = _ziln(y, logit, mu, sigma, jacobian=False)
    y = np.asarray(y, float)
    return float((p + d - np.log(np.where(b, y, 1.0))).mean())


def ziln_loss__wrong_density_for_all(y, logit, mu, sigma):
    """Adds a lognormal part with log(tiny) for customers who spend nothing as well."""
    y, logit, mu = (np.asarray(v, float) for v in (y, logit, mu))
    b = y > 0
    ly = np.log(np.maximum(y, 1e-12))
    d = ly + np.log(sigma) + 0.5 * np.log(2 * np.pi) + 0.5 * ((ly - mu) / sigma) ** 2
    return float((np.where(b, np.logaddexp(0, -logit), np.logaddexp(0, logit)) + d).mean())


# ---------------------------------------------------------------- 10.11 normalised_gini


def normalised_gini__right_curve(y, score):
    y, score = np.asarray(y, float), np.asarray(score)
    n = len(y)
    if n == 0 or y.sum() == 0 or y.min() == y.max():
        return float("nan")

    def gini(s):
        shared = pd.Series(y).groupby(np.asarray(s)).transform("mean").to_numpy()
        curve = np.cumsum(shared[np.argsort(-s, kind="stable")]) / y.sum()
        return 2 * curve.mean() - (n + 1) / n

    return float(gini(score) / gini(y))


def normalised_gini__right_ranks(y, score):
    y = np.asarray(y, dtype=float)
    if len(y) == 0 or np.ptp(y) == 0:
        return np.nan
    d = y - y.mean()
    return (d @ stats.rankdata(score)) / (d @ stats.rankdata(y))


def normalised_gini__right_loop(y, score):
    n, total = len(y), float(sum(y))
    if n == 0 or total == 0 or len(set(map(float, y))) == 1:
        return math.nan

    def area(key):
        groups = defaultdict(list)
        for k, v in zip(key, y):
            groups[float(k)].append(float(v))
        height = heights = 0.0
        for k in sorted(groups, reverse=True):
            m = sum(groups[k]) / len(groups[k])
            for _ in groups[k]:
                height += m / total
                heights += height
        return 2 * heights / n - 1 - 1 / n

    return area(score) / area(y)


def normalised_gini__right_trapezoid(y, score):
    y = np.asarray(y, float)
    if len(y) == 0 or np.all(y == y[0]):
        return float("nan")

    def lorenz_area(s):
        _, inv = np.unique(np.asarray(s), return_inverse=True)
        m = np.bincount(inv, weights=y) / np.bincount(inv)
        h = np.r_[0, np.cumsum(m[inv][np.argsort(-inv, kind="stable")])] / y.sum()
        return ((h[1:] + h[:-1]) / 2).mean() - 0.5

    return lorenz_area(s=score) / lorenz_area(s=y)


def _gini_rows(y, s, base=None):
    n = len(y)
    curve = np.cumsum(y[np.argsort(-s, kind="stable")]) / y.sum()
    return 2 * curve.mean() - ((n + 1) / n if base is None else base)


def _flat(y):
    return len(y) == 0 or np.ptp(y) == 0


def normalised_gini__wrong_ties_by_row(y, score):
    """Equal scores keep the order of the table, so the result depends on the order of rows."""
    y, s = np.asarray(y, float), np.asarray(score, float)
    return float("nan") if _flat(y) else float(_gini_rows(y, s) / _gini_rows(y, y))


def normalised_gini__wrong_ties_best_first(y, score):
    """Among equal scores the larger spend comes first: too optimistic; a constant score gets 1."""
    y, s = np.asarray(y, float), np.asarray(score, float)
    if _flat(y):
        return float("nan")
    o = np.lexsort((-y, -s))
    return float((2 * (np.cumsum(y[o]) / y.sum()).mean() - 1 - 1 / len(y)) / _gini_rows(y, y))


def normalised_gini__wrong_baseline_one(y, score):
    """Subtracts 1 instead of (n + 1) / n, the value of an equal order; shows in small tables."""
    y = np.asarray(y, float)
    if _flat(y):
        return float("nan")
    s = np.asarray(score)
    shared = pd.Series(y).groupby(s).transform("mean").to_numpy()
    return float(_gini_rows(shared, s, 1.0) / _gini_rows(y, y, 1.0))


def normalised_gini__wrong_not_normalised(y, score):
    """The Gini itself: not divided by that of the best order."""
    y, s = np.asarray(y, float), np.asarray(score)
    return (
        float("nan")
        if _flat(y)
        else float(_gini_rows(pd.Series(y).groupby(s).transform("mean").to_numpy(), s))
    )


def normalised_gini__wrong_lowest_first(y, score):
    """Sorts from the lowest score: the sign is turned round."""
    return -normalised_gini__right_ranks(y, score)


def normalised_gini__wrong_zero_for_flat(y, score):
    """0 instead of NaN if nobody spends, all spend the same, or there are no customers."""
    v = normalised_gini__right_ranks(y, score)
    return 0.0 if np.isnan(v) else float(v)


def normalised_gini__wrong_flat_not_caught(y, score):
    """Relies on 0 / 0: when all spend the same (0.1 each), rounding leaves tiny numbers and their ratio is returned."""
    y, s = np.asarray(y, float), np.asarray(score)
    if len(y) == 0 or y.sum() == 0:
        return float("nan")
    shared = pd.Series(y).groupby(s).transform("mean").to_numpy()
    with np.errstate(all="ignore"):
        return float(np.float64(_gini_rows(shared, s)) / np.float64(_gini_rows(y, y)))


def normalised_gini__wrong_empty_raises(y, score):
    """Fails for no customers (the minimum of nothing) instead of NaN."""
    y = np.asarray(y, float)
    if y.min() == y.max():
        return float("nan")
    return float(normalised_gini__right_ranks(y, score))


def normalised_gini__wrong_spearman(y, score):
    """Spearman's rank correlation, which ignores how much money a customer spends."""
    if _flat(np.asarray(y, float)) or np.ptp(np.asarray(score, float)) == 0:
        return float("nan") if _flat(np.asarray(y, float)) else 0.0
    return float(stats.spearmanr(y, score)[0])


def normalised_gini__wrong_auc(y, score):
    """2 AUC - 1 for spending anything: right only when all buyers spend the same."""
    y = np.asarray(y, float)
    if _flat(y):
        return float("nan")
    if (y > 0).all():
        return 0.0
    return float(2 * roc_auc_score(y > 0, score) - 1)


def normalised_gini__wrong_sorted_by_score_values(y, score):
    """Cumulates the score in its own order instead of the spend of those customers."""
    y, s = np.asarray(y, float), np.asarray(score, float)
    if _flat(y) or s.sum() == 0:
        return float("nan")
    return float(_gini_rows(s, s) / _gini_rows(y, y))


def normalised_gini__wrong_absolute(y, score):
    """Takes the absolute value: a score that sorts the wrong way round looks good."""
    return abs(normalised_gini__right_ranks(y, score))


def normalised_gini__wrong_one_point_per_group(y, score):
    """Takes one point of the curve for each distinct score, so a large group of equal scores weighs as much as one customer."""
    y, s = np.asarray(y, float), np.asarray(score)
    if _flat(y):
        return float("nan")

    def area(k):
        g = pd.Series(y).groupby(np.asarray(k)).sum().sort_index(ascending=False)
        c = g.cumsum() / y.sum()
        return 2 * c.mean() - (len(g) + 1) / len(g)

    return float(area(s) / area(y))


def normalised_gini__wrong_rounded_scores(y, score):
    """Rounds scores before sorting, so scores that differ by less than 0.0001 become ties."""
    return normalised_gini__right_ranks(y, np.round(np.asarray(score, float), 4))


def normalised_gini__wrong_min_rank(y, score):
    """Ties get the smallest rank instead of the middle one: wrong wherever scores or spends are equal."""
    y = np.asarray(y, float)
    if _flat(y):
        return float("nan")
    d = y - y.mean()
    return float((d @ stats.rankdata(score, "min")) / (d @ stats.rankdata(y, "min")))


# ---------------------------------------------------------------- 10.12 payback_month


def payback_month__right_loop(spend, margin, cac, rate=0.0):
    if cac <= 0:
        return 0
    total = 0.0
    for m, s in enumerate(spend, start=1):
        total += margin * s / (1 + rate) ** (m / 12)
        if total >= cac:
            return m
    return None


def payback_month__right_cumsum(spend, margin, cac, rate=0.0):
    if cac <= 0:
        return 0
    s = np.asarray(spend, dtype=float)
    m = np.arange(1, len(s) + 1)
    hit = np.flatnonzero(np.cumsum(margin * s / (1 + rate) ** (m / 12)) >= cac)
    return int(hit[0]) + 1 if len(hit) else None


def payback_month__right_accumulate(spend, margin, cac, rate=0.0):
    gains = (margin * s * (1 + rate) ** (-m / 12) for m, s in enumerate(spend, 1))
    sums = itertools.accumulate(gains, initial=0.0)
    return next((m for m, total in enumerate(sums) if total >= cac), None)


def payback_month__right_countdown(spend, margin, cac, rate=0.0):
    month, debt = 0, float(cac)
    spend = list(spend)
    while debt > 0:
        if month == len(spend):
            return None
        month += 1
        debt -= margin * spend[month - 1] / (1 + rate) ** (month / 12)
    return month


def _payback(spend, margin, cac, power=lambda m: m / 12, rate=0.0, beats=lambda a, b: a >= b):
    total = 0.0
    for m, s in enumerate(spend, 1):
        total += margin * s / (1 + rate) ** power(m)
        if beats(total, cac):
            return m
    return None


def payback_month__wrong_strictly_more(spend, margin, cac, rate=0.0):
    """Asks for more than cac: a customer who pays back exactly is a month late, or never."""
    return 0 if cac <= 0 else _payback(spend, margin, cac, rate=rate, beats=lambda a, b: a > b)


def payback_month__wrong_from_zero(spend, margin, cac, rate=0.0):
    """Returns the position counted from 0: the first month is 0."""
    r = payback_month__right_loop(spend, margin, cac, rate)
    return r if not r else r - 1


def payback_month__wrong_revenue(spend, margin, cac, rate=0.0):
    """Counts revenue, not margin."""
    return 0 if cac <= 0 else _payback(spend, 1.0, cac, rate=rate)


def payback_month__wrong_no_discount(spend, margin, cac, rate=0.0):
    """The discount rate is ignored; right for the default 0."""
    return 0 if cac <= 0 else _payback(spend, margin, cac)


def payback_month__wrong_rate_per_month(spend, margin, cac, rate=0.0):
    """Discounts by the yearly rate every month."""
    return 0 if cac <= 0 else _payback(spend, margin, cac, power=lambda m: m, rate=rate)


def payback_month__wrong_first_month_undiscounted(spend, margin, cac, rate=0.0):
    """Month m is discounted by (m - 1) / 12, so the first month is not discounted."""
    return 0 if cac <= 0 else _payback(spend, margin, cac, power=lambda m: (m - 1) / 12, rate=rate)


def payback_month__wrong_rate_over_twelve(spend, margin, cac, rate=0.0):
    """Uses (1 + rate / 12) ** m: compounding each month, more than the yearly rate asked for; shows near the boundary."""
    return 0 if cac <= 0 else _payback(spend, margin, cac, power=lambda m: m, rate=rate / 12)


def payback_month__wrong_whole_years(spend, margin, cac, rate=0.0):
    """m // 12: no discount in the first eleven months."""
    return 0 if cac <= 0 else _payback(spend, margin, cac, power=lambda m: m // 12, rate=rate)


def payback_month__wrong_never_is_last(spend, margin, cac, rate=0.0):
    """Returns the number of months when it never pays back, instead of None."""
    r = payback_month__right_loop(spend, margin, cac, rate)
    return len(spend) if r is None else r


def payback_month__wrong_argmax(spend, margin, cac, rate=0.0):
    """argmax of all False is 0, so 'never' becomes month 1 (and an empty list raises)."""
    if cac <= 0:
        return 0
    m = np.arange(1, len(spend) + 1)
    return (
        int(np.argmax(np.cumsum(margin * np.asarray(spend, float) / (1 + rate) ** (m / 12)) >= cac))
        + 1
    )


def payback_month__wrong_free_is_month_one(spend, margin, cac, rate=0.0):
    """No special case for cac of 0 or less: returns 1 (or None for no months) instead of 0."""
    return _payback(spend, margin, cac, rate=rate)


def payback_month__wrong_only_exact_zero_free(spend, margin, cac, rate=0.0):
    """Only cac == 0 gives 0; a negative cac gives 1."""
    return 0 if cac == 0 else _payback(spend, margin, cac, rate=rate)


def payback_month__wrong_single_month(spend, margin, cac, rate=0.0):
    """Looks for a month that pays the cac alone; margins are not added up."""
    if cac <= 0:
        return 0
    return next(
        (m for m, s in enumerate(spend, 1) if margin * s / (1 + rate) ** (m / 12) >= cac), None
    )


def payback_month__wrong_total_discounted(spend, margin, cac, rate=0.0):
    """Discounts the whole sum so far by the current month instead of each month by its own."""
    if cac <= 0:
        return 0
    total = 0.0
    for m, s in enumerate(spend, 1):
        total += margin * s
        if total / (1 + rate) ** (m / 12) >= cac:
            return m
    return None


def payback_month__unsure_tolerance(spend, margin, cac, rate=0.0):
    return (
        0 if cac <= 0 else _payback(spend, margin, cac, rate=rate, beats=lambda a, b: a >= b - 1e-9)
    )


def payback_month__unsure_margin_last(spend, margin, cac, rate=0.0):
    if cac <= 0:
        return 0
    m = np.arange(1, len(spend) + 1)
    hit = np.flatnonzero(
        margin * np.cumsum(np.asarray(spend, float) / (1 + rate) ** (m / 12)) >= cac
    )
    return int(hit[0]) + 1 if len(hit) else None


UNSURE["payback_month__unsure_tolerance"] = (
    "The statement says 'at least cac' and nothing about rounding: 0.1 x 1 three times is above 0.3 by 4e-17, 0.1 x 10 often is not."
)
UNSURE["payback_month__unsure_margin_last"] = (
    "margin x cumsum(spend) is the same rule; on an exact tie it can differ by rounding from adding the margins."
)

# ---------------------------------------------------------------- 10.13 survival_curve


def survival_curve__right_loop(days, left, horizon):
    days, left = np.asarray(days), np.asarray(left, dtype=bool)
    out, stay = [1.0], 1.0
    for d in range(1, horizon + 1):
        n = (days >= d).sum()
        if n == 0:
            stay = np.nan
        else:
            stay *= 1 - ((days == d) & left).sum() / n
        out.append(stay)
    return np.array(out)


def survival_curve__right_cumprod(days, left, horizon):
    d = np.arange(horizon + 1)[:, None]
    risk = (np.asarray(days)[None] >= d).sum(1).astype(float)
    gone = ((np.asarray(days)[None] == d) & np.asarray(left, bool)[None]).sum(1)
    with np.errstate(all="ignore"):
        curve = np.cumprod((risk - gone) / risk)
    curve[0] = 1.0
    if len(days) == 0:
        curve[1:] = np.nan
    return curve


def survival_curve__right_bincount(days, left, horizon):
    days = np.asarray(days, dtype=int)
    top = max(horizon, int(days.max()) if len(days) else 0)
    ends = np.bincount(days, minlength=top + 1)
    exits = np.bincount(days, weights=np.asarray(left, float), minlength=top + 1)
    risk = ends[::-1].cumsum()[::-1]
    share = np.where(risk > 0, 1 - exits / np.maximum(risk, 1), np.nan)
    share[0] = 1.0
    return np.cumprod(share)[: horizon + 1]


def survival_curve__right_counter(days, left, horizon):
    ends, exits = Counter(map(int, days)), Counter(int(d) for d, g in zip(days, left) if g)
    present, curve = len(days), [1.0]
    for d in range(1, horizon + 1):
        curve.append(curve[-1] * (present - exits[d]) / present if present else math.nan)
        present -= ends[d]
    return np.array(curve)


def _km(days, left, horizon):
    return survival_curve__right_loop(days, left, horizon)


def survival_curve__wrong_censored_dropped(days, left, horizon):
    """Users who had not left are dropped before the start: the curve falls too fast."""
    left = np.asarray(left, bool)
    return _km(np.asarray(days)[left], left[left], horizon)


def survival_curve__wrong_censored_left(days, left, horizon):
    """The end of observation counts as leaving."""
    return _km(days, np.ones(len(days), bool), horizon)


def survival_curve__wrong_censored_stay(days, left, horizon):
    """Users not gone yet count as present for ever: divides by everybody at each day, and the curve is too high."""
    days, left = np.asarray(days), np.asarray(left, bool)
    return np.array([1 - ((days <= d) & left).mean() for d in range(horizon + 1)])


def survival_curve__wrong_censored_off_at_once(days, left, horizon):
    """A user whose observation ended on a day is not counted as observed on that day."""
    days, left = np.asarray(days), np.asarray(left, bool)
    out = [1.0]
    for d in range(1, horizon + 1):
        n = ((days > d) | ((days == d) & left)).sum()
        out.append(out[-1] * (1 - ((days == d) & left).sum() / n) if n else np.nan)
    return np.array(out)


def survival_curve__wrong_at_risk_after(days, left, horizon):
    """Those at risk are counted after the day (days > d): leavers are not in their own denominator."""
    days, left = np.asarray(days), np.asarray(left, bool)
    out = [1.0]
    for d in range(1, horizon + 1):
        n = (days > d).sum()
        out.append(out[-1] * (1 - ((days == d) & left).sum() / n) if n else np.nan)
    return np.array(out)


def survival_curve__wrong_flat_after_end(days, left, horizon):
    """After the last observed day the curve goes on flat instead of NaN."""
    days, left = np.asarray(days), np.asarray(left, bool)
    out = [1.0]
    for d in range(1, horizon + 1):
        n = max((days >= d).sum(), 1)
        out.append(out[-1] * (1 - ((days == d) & left).sum() / n))
    return np.array(out)


def survival_curve__wrong_zero_after_end(days, left, horizon):
    """0 instead of NaN when nobody is observed any more."""
    return np.nan_to_num(_km(days, left, horizon))


def survival_curve__wrong_nan_after_last_exit(days, left, horizon):
    """NaN after the last user left, although others are still observed."""
    days, left = np.asarray(days), np.asarray(left, bool)
    c = _km(days, left, horizon)
    last = days[left].max() if left.any() else 0
    c[int(last) + 1 :] = np.nan
    return c


def survival_curve__wrong_nan_on_last_day(days, left, horizon):
    """NaN one day too early: already on the last observed day."""
    c = _km(days, left, horizon)
    if len(days):
        c[int(np.max(days)) :] = np.nan
    return c


def survival_curve__wrong_hazards(days, left, horizon):
    """Returns the share that stays on each day, without multiplying them."""
    days, left = np.asarray(days), np.asarray(left, bool)
    out = [1.0]
    for d in range(1, horizon + 1):
        n = (days >= d).sum()
        out.append(1 - ((days == d) & left).sum() / n if n else np.nan)
    return np.array(out)


def survival_curve__wrong_nelson_aalen(days, left, horizon):
    """exp of minus the summed shares (Nelson and Aalen): close for small shares, never 0."""
    days, left = np.asarray(days), np.asarray(left, bool)
    h, out = 0.0, [1.0]
    for d in range(1, horizon + 1):
        n = (days >= d).sum()
        h = h + ((days == d) & left).sum() / n if n else np.nan
        out.append(np.exp(-h))
    return np.array(out)


def survival_curve__wrong_before_the_day(days, left, horizon):
    """Element d is the share present before day d: leaving on day d shows one element late."""
    c = _km(days, left, horizon)
    return np.r_[1.0, c[:-1]]


def survival_curve__wrong_short(days, left, horizon):
    """range(horizon): the last element is missing."""
    return _km(days, left, horizon)[:horizon]


def survival_curve__wrong_event_days_only(days, left, horizon):
    """One element for each different day in the data, not for each day 0 to horizon."""
    days, left = np.asarray(days), np.asarray(left, bool)
    out = [1.0]
    for d in np.unique(days[days <= horizon]):
        out.append(out[-1] * (1 - ((days == d) & left).sum() / (days >= d).sum()))
    return np.array(out)


def survival_curve__wrong_all_in_denominator(days, left, horizon):
    """Divides the leavers of a day by all users and multiplies: the denominator does not shrink."""
    days, left = np.asarray(days), np.asarray(left, bool)
    n = max(len(days), 1)
    return np.cumprod([1 - ((days == d) & left).sum() / n for d in range(horizon + 1)])


# ---------------------------------------------------------------- 10.14 predict_spend


def _history(orders, customers):
    g = orders.groupby("customer_id")
    t = pd.DataFrame(
        {"n": g.size(), "first": g["day"].min(), "last": g["day"].max(), "money": g["value"].sum()}
    )
    t = t.reindex(customers)
    x = t["n"].to_numpy(float) - 1
    return (
        t,
        x,
        (t["last"] - t["first"]).to_numpy(float) / 7,
        (272 - t["first"]).to_numpy(float) / 7,
    )


def _bg_orders(orders, customers, weeks):
    everyone = np.unique(orders["customer_id"])
    _, x, tx, T = _history(orders, everyone)

    def loss(w):
        return _bg(np.exp(w), x, tx, T).sum() / len(x) + 1e-4 * (w**2).sum()

    w = optimize.minimize(loss, [-1.0, 1.5, -0.2, 0.9], method="L-BFGS-B", bounds=[(-5, 5)] * 4).x
    r, alpha, a, b = np.exp(w)
    if abs(a - 1) < 1e-3:
        a = 1.001
    _, x, tx, T = _history(orders, customers)
    z = weeks / (alpha + T + weeks)
    f = special.hyp2f1(r + x, b + x, a + b + x - 1, z)
    n = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (r + x) * f)
    gone = np.where(
        x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + tx)) ** (r + x), 0
    )
    return np.nan_to_num(np.maximum(n / (1 + gone), 0))


def predict_spend__right_bgnbd_gamma_gamma(orders, customers, weeks):
    n = _bg_orders(orders, customers, weeks)
    paid = orders[orders["value"] > 0]
    unit = paid["value"].mean()
    g = paid.groupby("customer_id")["value"].agg(["size", "mean"])
    k, m = g["size"].to_numpy(float), g["mean"].to_numpy(float) / unit

    def loss(w):
        p, q, v = np.exp(w)
        e = special.gammaln(p * k + q) - special.gammaln(p * k) - special.gammaln(q) + q * np.log(v)
        e += p * k * np.log(m * k) - (p * k + q) * np.log(k * m + v)
        return -e.mean() + 1e-4 * (w**2).sum()

    p, q, v = np.exp(
        optimize.minimize(
            loss, [1.0, 1.0, 1.0], method="L-BFGS-B", bounds=[(-4, 6), (0.1, 5), (-5, 7)]
        ).x
    )
    h = g.reindex(customers).fillna(0)
    k, m = h["size"].to_numpy(float), h["mean"].to_numpy(float) / unit
    return n * unit * p * (v + k * m) / (p * k + q - 1) + 1e-9


def predict_spend__right_bgnbd_shrunken_mean(orders, customers, weeks):
    n = _bg_orders(orders, customers, weeks)
    g = orders.groupby("customer_id")["value"]
    size, mean, var = g.size(), g.mean(), g.var()
    within = var.mean() if var.notna().any() else 0.0
    between = max(mean.var() - within * (1 / size).mean(), 1e-9) if len(mean) > 1 else 1e-9
    keep = between / (between + within / size + 1e-12)
    value = (keep * mean + (1 - keep) * mean.mean()).reindex(customers).to_numpy()
    return n * value + 1e-9


def predict_spend__unsure_poisson(orders, customers, weeks):
    def features(o, ids, now):
        g = o.assign(age=now - o["day"]).groupby("customer_id")
        t = pd.DataFrame(
            {"n": g.size(), "m": g["value"].mean(), "last": g["age"].min(), "first": g["age"].max()}
        ).reindex(ids)
        recent = o[o["day"] > now - 56].groupby("customer_id").size().reindex(ids).fillna(0)
        return np.column_stack(
            [
                np.log(t["n"]),
                np.log(t["n"]) ** 2,
                np.log1p(t["m"]),
                np.log1p(t["last"]),
                np.log1p(t["first"]),
                np.log1p(recent),
            ]
        )

    early, late = orders[orders["day"] <= 136], orders[orders["day"] > 136]
    ids = early["customer_id"].unique()
    y = late.groupby("customer_id")["value"].sum().reindex(ids).fillna(0).to_numpy()
    X = features(early, ids, 136)
    mu, sd = X.mean(0), X.std(0) + 1e-9
    unit = y.mean() + 1e-9
    model = PoissonRegressor(alpha=1e-3, max_iter=500).fit((X - mu) / sd, y / unit)
    Z = np.clip((features(orders, customers, 272) - mu) / sd, -4, 4)
    return unit * model.predict(Z) * weeks * 7 / 136 * 0.8


UNSURE["predict_spend__unsure_poisson"] = (
    "The statement says such a Poisson regression can earn everything; how to go from a half of 19.5 weeks to 39 weeks "
    "(here two halves, less 20 %) is my guess and decides the total."
)


def predict_spend__right_list(orders, customers, weeks):
    return [float(v) for v in predict_spend__right_bgnbd_shrunken_mean(orders, customers, weeks)]


def predict_spend__wrong_as_much_again(orders, customers, weeks):
    """Everybody spends as much again: the baseline; the total is far too high."""
    return orders.groupby("customer_id")["value"].sum().reindex(customers).to_numpy() * weeks / 39


def predict_spend__wrong_nothing(orders, customers, weeks):
    """Nothing for anybody: wins on absolute error only, and 'not all 0' forbids it."""
    return np.zeros(len(customers))


def predict_spend__wrong_same_for_all(orders, customers, weeks):
    """The mean for everybody: no order at all."""
    return np.full(
        len(customers), orders["value"].sum() / orders["customer_id"].nunique() * weeks / 39
    )


def predict_spend__wrong_order_of_groupby(orders, customers, weeks):
    """Good numbers for all customers of the table in sorted order, not in the order (and number) of `customers`."""
    ids = np.unique(orders["customer_id"])
    return predict_spend__right_bgnbd_shrunken_mean(orders, ids, weeks)


def predict_spend__wrong_nan_for_one_timers(orders, customers, weeks):
    """Repeat spend per week without filling: one-time buyers get NaN."""
    again = orders.sort_values("day")
    again = again[again.duplicated("customer_id")].groupby("customer_id")["value"].sum()
    return again.reindex(customers).to_numpy() / 39 * weeks


def predict_spend__wrong_trend_line(orders, customers, weeks):
    """A straight line through each customer's halves goes on: negative for customers who slow down."""
    half = orders["day"] > 136
    a = (
        orders[~half]
        .groupby("customer_id")["value"]
        .sum()
        .reindex(customers, fill_value=0)
        .to_numpy()
    )
    b = (
        orders[half]
        .groupby("customer_id")["value"]
        .sum()
        .reindex(customers, fill_value=0)
        .to_numpy()
    )
    return (2 * b - a) * weeks * 7 / 136


def predict_spend__wrong_newest_first(orders, customers, weeks):
    """Money over time since the first order: newest one-time buyers get the highest rate and lead the list."""
    g = orders.groupby("customer_id")
    rate = g["value"].sum() / (273 - g["day"].min())
    return rate.reindex(customers).to_numpy() * weeks * 7


# ---- another hand, again from the statements alone ----

# ---- assign_segments


def _name(r, f, m):
    if r >= 4 and f >= 4 and m >= 4:
        return "champions"
    if f >= 4 and r >= 3:
        return "loyal"
    if r <= 2 and (f >= 4 or m >= 4):
        return "at risk"
    if r >= 4:
        return "recent"
    if r <= 2:
        return "lost"
    return "other"


def assign_segments__right_row_by_row(profile):
    p = profile[["R", "F", "M"]].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return pd.Series([_name(*row) for row in p], index=profile.index, dtype=object)


def assign_segments__right_reverse_overwrite(profile):
    r, f, m = (pd.to_numeric(profile[c]).astype("Float64") for c in "RFM")
    hi = lambda s, k: (s >= k).fillna(False).astype(bool)  # noqa: E731
    low = (r <= 2).fillna(False).astype(bool)
    out = pd.Series("other", index=profile.index, dtype=object)
    out[low.to_numpy()] = "lost"
    out[hi(r, 4).to_numpy()] = "recent"
    out[(low & (hi(f, 4) | hi(m, 4))).to_numpy()] = "at risk"
    out[(hi(f, 4) & hi(r, 3)).to_numpy()] = "loyal"
    out[(hi(r, 4) & hi(f, 4) & hi(m, 4)).to_numpy()] = "champions"
    return out


def _rows(profile, name):
    p = profile[["R", "F", "M"]].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    return pd.Series([name(*row) for row in p], index=profile.index, dtype=object)


def assign_segments__wrong_brackets_again(profile):
    """`r <= 2 and f >= 4 or m >= 4` without brackets: whoever has M of 4 or more is at risk, unless champion or loyal."""

    def name(r, f, m):
        if r >= 4 and f >= 4 and m >= 4:
            return "champions"
        if f >= 4 and r >= 3:
            return "loyal"
        if r <= 2 and f >= 4 or m >= 4:
            return "at risk"
        return _name(r, f, m)

    return _rows(profile, name)


def assign_segments__wrong_last_rule_wins(profile):
    """Later rules overwrite earlier ones: champions become recent, at risk becomes lost."""
    p = profile
    out = pd.Series("other", index=p.index, dtype=object)
    out[(p.R >= 4) & (p.F >= 4) & (p.M >= 4)] = "champions"
    out[(p.F >= 4) & (p.R >= 3)] = "loyal"
    out[(p.R <= 2) & ((p.F >= 4) | (p.M >= 4))] = "at risk"
    out[p.R >= 4] = "recent"
    out[p.R <= 2] = "lost"
    return out


def assign_segments__wrong_missing_is_zero_again(profile):
    """fillna(0): a missing R satisfies `R is 2 or less`, so such a customer is lost or at risk instead of other."""
    p = profile[["R", "F", "M"]].astype("Float64").fillna(0).astype(float).to_numpy()
    return pd.Series([_name(*r) for r in p], index=profile.index, dtype=object)


def assign_segments__wrong_else_is_lost(profile):
    """Takes `not 3 or more` for `2 or less`: a customer with missing R falls into lost."""

    def name(r, f, m):
        n = _name(r, f, m)
        return "lost" if n == "other" and not r >= 3 else n

    return _rows(profile, name)


def assign_segments__wrong_new_index(profile):
    """The index of profile is lost: rows are numbered from 0."""
    return _rows(profile, _name).reset_index(drop=True)


def assign_segments__wrong_drops_missing(profile):
    """Rows with a missing score are dropped; each row has a segment."""
    return _rows(profile.dropna(subset=["R", "F", "M"]), _name)


def assign_segments__wrong_strict(profile):
    """`> 4` where 4 or more is meant."""
    return _rows(profile, lambda r, f, m: _name(r, f - (f == 4), m - (m == 4)))


# ---- winback_itt


def winback_itt__right_plain_loop(df):
    total, n = {True: 0.0, False: 0.0}, {True: 0, False: 0}
    for a, v in zip(df["assigned"].tolist(), df["after"].tolist()):
        n[bool(a)] += 1
        total[bool(a)] += 0.0 if v != v else v
    if not (n[True] and n[False]):
        return math.nan
    return total[True] / n[True] - total[False] / n[False]


def winback_itt__right_groupby_reindex(df):
    means = (
        df["after"].fillna(0.0).groupby(df["assigned"].astype(bool)).mean().reindex([False, True])
    )
    return float(means[True] - means[False])


def winback_itt__wrong_nan_skipped_again(df):
    """mean() skips NaN: customers without an order are left out instead of counting 0."""
    a = df["assigned"].astype(bool)
    return float(df.loc[a, "after"].mean() - df.loc[~a, "after"].mean())


def winback_itt__wrong_as_treated(df):
    """Compares those who opened with all others: the customer decides who opens."""
    o, y = df["opened"].astype(bool), df["after"].fillna(0)
    return float(y[o].mean() - y[~o].mean())


def winback_itt__wrong_per_protocol(df):
    """Of the assigned only those who opened count."""
    a, o, y = df["assigned"].astype(bool), df["opened"].astype(bool), df["after"].fillna(0)
    return float(y[a & o].mean() - y[~a].mean())


def winback_itt__wrong_before_and_after(df):
    """Spend after less spend before of the assigned, without the others."""
    a = df["assigned"].astype(bool)
    return float((df["after"].fillna(0) - df["before"])[a].mean())


def winback_itt__wrong_diff_in_diff(df):
    """Difference in differences; asked is the difference in `after` alone."""
    a, d = df["assigned"].astype(bool), df["after"].fillna(0) - df["before"]
    return float(d[a].mean() - d[~a].mean())


def winback_itt__wrong_difference_of_totals(df):
    """Difference of totals per customer of the whole table, and not of the two groups' means."""
    a, y = df["assigned"].astype(bool), df["after"].fillna(0)
    if not len(df):
        return math.nan
    return float((y[a].sum() - y[~a].sum()) / len(df))


def winback_itt__wrong_writes_zero_into_df(df):
    """Fills NaN in the caller's table, which must not be changed."""
    df["after"] = df["after"].fillna(0.0)
    a = df["assigned"].astype(bool)
    return float(df.loc[a, "after"].mean() - df.loc[~a, "after"].mean())


# ---- migration_matrix


def migration_matrix__right_counter(seg0, seg1, order):
    later = dict(zip(seg1.index, seg1))
    pairs = Counter((s, later.get(c, "gone")) for c, s in zip(seg0.index, seg0))
    size = Counter(seg0)
    cols = [*order, "gone"]
    table = [[pairs[r, c] / size[r] if size[r] else 0.0 for c in cols] for r in order]
    return pd.DataFrame(table, index=list(order), columns=cols, dtype=float)


def migration_matrix__right_crosstab_again(seg0, seg1, order):
    then = seg1.reindex(seg0.index).fillna("gone")
    counts = pd.crosstab(seg0.to_numpy(), then.to_numpy())
    counts = counts.reindex(index=list(order), columns=[*order, "gone"], fill_value=0).astype(float)
    return counts.div(counts.sum(axis=1).replace(0, 1), axis=0)


def migration_matrix__wrong_inner_join_again(seg0, seg1, order):
    """Only customers of both periods count: gone is always 0 and the other shares are too large."""
    both = pd.concat([seg0.rename("a"), seg1.rename("b")], axis=1, join="inner")
    c = (
        both.groupby(["a", "b"])
        .size()
        .unstack(fill_value=0)
        .reindex(index=list(order), columns=[*order, "gone"], fill_value=0)
    )
    return c.div(c.sum(axis=1).replace(0, 1), axis=0)


def migration_matrix__wrong_by_position_again(seg0, seg1, order):
    """Pairs the two series by position, not by customer."""
    n = min(len(seg0), len(seg1))
    b = list(seg1[:n]) + ["gone"] * (len(seg0) - n)
    c = pd.crosstab(np.array(seg0, dtype=object), np.array(b, dtype=object)).reindex(
        index=list(order), columns=[*order, "gone"], fill_value=0
    )
    return c.div(c.sum(axis=1).replace(0, 1), axis=0)


def migration_matrix__wrong_nan_for_empty(seg0, seg1, order):
    """0 / 0: a segment that was empty gets a row of NaN instead of 0."""
    then = seg1.reindex(seg0.index).fillna("gone")
    c = pd.crosstab(seg0.to_numpy(), then.to_numpy()).reindex(
        index=list(order), columns=[*order, "gone"], fill_value=0
    )
    return c.div(c.sum(axis=1), axis=0)


def migration_matrix__wrong_columns_normalised(seg0, seg1, order):
    """Shares of the columns: of those who are in a segment now, where they came from."""
    then = seg1.reindex(seg0.index).fillna("gone")
    c = pd.crosstab(seg0.to_numpy(), then.to_numpy()).reindex(
        index=list(order), columns=[*order, "gone"], fill_value=0
    )
    return c / c.sum(axis=0).replace(0, 1)


def migration_matrix__wrong_share_of_all_again(seg0, seg1, order):
    """Divided by the number of all customers, so that the whole table sums to 1 and not each row."""
    then = seg1.reindex(seg0.index).fillna("gone")
    c = pd.crosstab(seg0.to_numpy(), then.to_numpy()).reindex(
        index=list(order), columns=[*order, "gone"], fill_value=0
    )
    return c / max(len(seg0), 1)


def migration_matrix__wrong_alphabetical(seg0, seg1, order):
    """Only segments that occur, in alphabetical order: `order` and empty segments are ignored."""
    then = seg1.reindex(seg0.index).fillna("gone")
    return pd.crosstab(seg0.to_numpy(), then.to_numpy(), normalize="index")


def migration_matrix__wrong_counts_again(seg0, seg1, order):
    """Numbers of customers, not shares."""
    then = seg1.reindex(seg0.index).fillna("gone")
    return (
        pd.crosstab(seg0.to_numpy(), then.to_numpy())
        .reindex(index=list(order), columns=[*order, "gone"], fill_value=0)
        .astype(float)
    )


# ---- retention_curve


def retention_curve__right_sets_again(activity, horizon, end):
    seen = defaultdict(set)
    for c, p in zip(activity["customer_id"].tolist(), activity["period"].tolist()):
        seen[c].add(p)
    kept = [(min(s), s) for s in seen.values() if min(s) + horizon <= end]
    if not kept:
        return np.full(horizon + 1, np.nan)
    return np.array([sum(f + h in s for f, s in kept) / len(kept) for h in range(horizon + 1)])


def retention_curve__right_nunique_by_age(activity, horizon, end):
    a = activity.copy()
    a["first"] = a.groupby("customer_id")["period"].transform("min")
    a = a[a["first"] + horizon <= end]
    n = a["customer_id"].nunique()
    by_age = a.groupby(a["period"] - a["first"])["customer_id"].nunique()
    by_age = by_age.reindex(range(horizon + 1), fill_value=0).to_numpy(dtype=float)
    return by_age / n if n else np.full(horizon + 1, np.nan)


def _curve(activity, horizon, end, keep=None, count="nunique", first="min"):
    a = activity.copy()
    a["first"] = a.groupby("customer_id")["period"].transform(first)
    a = a if keep is None else a[keep(a["first"])]
    n = a["customer_id"].nunique()
    g = (
        a.groupby(a["period"] - a["first"])["customer_id"]
        .agg(count)
        .reindex(range(horizon + 1), fill_value=0)
    )
    return g.to_numpy(float) / n if n else np.full(horizon + 1, np.nan)


def retention_curve__wrong_late_joiners(activity, horizon, end):
    """All customers stand in the denominator, also those whose horizon was not observed."""
    return _curve(activity, horizon, end)


def retention_curve__wrong_orders_counted(activity, horizon, end):
    """Counts rows: a customer with two orders in a period counts twice."""
    return _curve(activity, horizon, end, lambda f: f + horizon <= end, "size")


def retention_curve__wrong_strict_end(activity, horizon, end):
    """`<`: customers whose horizon ends exactly with `end` are left out."""
    return _curve(activity, horizon, end, lambda f: f + horizon < end)


def retention_curve__wrong_first_row_again(activity, horizon, end):
    """The first row of a customer in the table is taken for the first period; rows come in any order."""
    return _curve(activity, horizon, end, lambda f: f + horizon <= end, first="first")


def retention_curve__wrong_denominator_of_each_age(activity, horizon, end):
    """Each element has its own customers: those observed for h periods, not the whole horizon."""
    a = activity.copy()
    a["first"] = a.groupby("customer_id")["period"].transform("min")
    out = []
    for h in range(horizon + 1):
        b = a[a["first"] + h <= end]
        n = b["customer_id"].nunique()
        out.append(
            b.loc[b["period"] == b["first"] + h, "customer_id"].nunique() / n if n else np.nan
        )
    return np.array(out)


def retention_curve__wrong_survival(activity, horizon, end):
    """Counts whoever comes back in period h or later: a curve of survival, which never rises."""
    a = activity[activity["period"] <= end].groupby("customer_id")["period"].agg(["min", "max"])
    a = a[a["min"] + horizon <= end]
    if a.empty:
        return np.full(horizon + 1, np.nan)
    return np.array([(a["max"] - a["min"] >= h).mean() for h in range(horizon + 1)])


def retention_curve__wrong_zeros_for_nobody_again(activity, horizon, end):
    """Zeros, not NaN, when nobody was observed that long."""
    return np.nan_to_num(_curve(activity, horizon, end, lambda f: f + horizon <= end))


def retention_curve__wrong_last_period_of_table_again(activity, horizon, end):
    """Takes the last period in the table instead of `end`: rows after end make customers count who were not observed completely."""
    last = activity["period"].max() if len(activity) else -1
    return _curve(activity, horizon, end, lambda f: f + horizon <= last)


# ---- kmeans_segments

_COLUMNS = ["recency", "frequency", "monetary"]


def kmeans_segments__right_pipeline(df, k, seed=0):
    model = make_pipeline(
        FunctionTransformer(np.log1p), StandardScaler(), KMeans(k, n_init=30, random_state=seed)
    )
    raw = model.fit_predict(df[_COLUMNS].to_numpy(float))
    means = [df["monetary"].to_numpy()[raw == g].mean() for g in range(k)]
    new = {g: i for i, g in enumerate(sorted(range(k), key=means.__getitem__))}
    return pd.Series([new[g] for g in raw], index=df.index)


def kmeans_segments__right_rank(df, k, seed=0):
    z = np.log1p(df[_COLUMNS].astype(float))
    z = (z - z.mean()) / z.std().where(z.std() > 1e-12, 1.0)
    raw = pd.Series(
        KMeans(k, n_init=40, random_state=seed).fit(z.to_numpy()).labels_, index=df.index
    )
    place = df["monetary"].groupby(raw).mean().rank().astype(int) - 1
    return raw.map(place)


def _km_again(df, k, seed, prepare=None, by=None, ascending=True, n_init=20):
    z = np.log1p(df[_COLUMNS].to_numpy(float)) if prepare is None else prepare(df)
    raw = KMeans(k, n_init=n_init, random_state=seed).fit_predict(z)
    key = (df["monetary"] if by is None else by(df)).to_numpy()
    means = np.array([key[raw == g].mean() for g in range(k)])
    place = np.argsort(np.argsort(means if ascending else -means))
    return pd.Series(place[raw], index=df.index)


def _std(a):
    return StandardScaler().fit_transform(a)


def kmeans_segments__wrong_not_standardised_again(df, k, seed=0):
    """log1p without standardising: the column with the largest spread decides."""
    return _km_again(df, k, seed)


def kmeans_segments__wrong_no_logarithm(df, k, seed=0):
    """Standardised, but without log1p: a few very large customers make a group of their own."""
    return _km_again(df, k, seed, lambda d: _std(d[_COLUMNS].to_numpy(float)))


def kmeans_segments__wrong_numbers_of_the_run(df, k, seed=0):
    """The labels of the run are returned as they are: their numbers mean nothing."""
    z = _std(np.log1p(df[_COLUMNS].to_numpy(float)))
    return pd.Series(KMeans(k, n_init=20, random_state=seed).fit_predict(z), index=df.index)


def kmeans_segments__wrong_highest_first_again(df, k, seed=0):
    """Segments are numbered from the highest mean spend; lowest first is asked."""
    return _km_again(
        df, k, seed, lambda d: _std(np.log1p(d[_COLUMNS].to_numpy(float))), ascending=False
    )


def kmeans_segments__wrong_argsort_once_again(df, k, seed=0):
    """argsort of the means is used as a map from label to place; it is the inverse map (shows for k of 3 or more)."""
    z = _std(np.log1p(df[_COLUMNS].to_numpy(float)))
    raw = KMeans(k, n_init=20, random_state=seed).fit_predict(z)
    m = df["monetary"].groupby(raw).mean().to_numpy()
    return pd.Series(np.argsort(m)[raw], index=df.index)


def kmeans_segments__wrong_mean_of_logs(df, k, seed=0):
    """Numbered by mean log spend, not by mean spend in USD: another order where a segment has few large customers."""
    return _km_again(
        df,
        k,
        seed,
        lambda d: _std(np.log1p(d[_COLUMNS].to_numpy(float))),
        by=lambda d: np.log1p(d["monetary"]),
    )


def kmeans_segments__wrong_all_columns_again(df, k, seed=0):
    """Clusters on every column of the table, such as the customer's number."""
    return _km_again(
        df, k, seed, lambda d: _std(np.log1p(d.select_dtypes("number").to_numpy(float)))
    )


def kmeans_segments__wrong_index_lost_again(df, k, seed=0):
    """The index of df is lost."""
    return _km_again(
        df, k, seed, lambda d: _std(np.log1p(d[_COLUMNS].to_numpy(float)))
    ).reset_index(drop=True)


# ---- bootstrap_stability


def bootstrap_stability__right_mean_of_list(X, fit_predict, n, seed):
    rng = np.random.default_rng(seed)
    whole = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.choice(len(X), size=len(X), replace=True)
        scores.append(adjusted_rand_score(whole[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


def bootstrap_stability__right_contingency(X, fit_predict, n, seed):
    def ari(a, b):
        c = pd.crosstab(np.asarray(a), np.asarray(b)).to_numpy(dtype=float)
        two = lambda v: (v * (v - 1) / 2).sum()  # noqa: E731
        s, p, q, t = two(c), two(c.sum(0)), two(c.sum(1)), two(np.array([c.sum()]))
        expected = p * q / t if t else 0.0
        top = (p + q) / 2
        return 1.0 if top == expected else (s - expected) / (top - expected)

    whole = np.asarray(fit_predict(X))
    state = np.random.RandomState(seed)
    draws = [state.randint(0, len(X), len(X)) for _ in range(n)]
    return sum(ari(whole[d], fit_predict(X[d])) for d in draws) / n


def bootstrap_stability__wrong_labels_by_position(X, fit_predict, n, seed):
    """Compares the labels of all rows in their order with those of the drawn rows: different customers are compared."""
    rng = np.random.default_rng(seed)
    whole = np.asarray(fit_predict(X))
    return float(
        np.mean(
            [
                adjusted_rand_score(whole, fit_predict(X[rng.integers(0, len(X), len(X))]))
                for _ in range(n)
            ]
        )
    )


def bootstrap_stability__wrong_share_of_equal_labels(X, fit_predict, n, seed):
    """Share of equal labels: the names of labels may change from call to call."""
    rng = np.random.default_rng(seed)
    whole = np.asarray(fit_predict(X))
    out = []
    for _ in range(n):
        d = rng.integers(0, len(X), len(X))
        out.append(np.mean(whole[d] == np.asarray(fit_predict(X[d]))))
    return float(np.mean(out))


def bootstrap_stability__wrong_plain_rand(X, fit_predict, n, seed):
    """Rand index without the adjustment for chance: far above 0 also for segments that have nothing in common."""
    rng = np.random.default_rng(seed)
    whole = np.asarray(fit_predict(X))
    out = []
    for _ in range(n):
        d = rng.integers(0, len(X), len(X))
        out.append(rand_score(whole[d], fit_predict(X[d])))
    return float(np.mean(out))


def bootstrap_stability__wrong_without_replacement(X, fit_predict, n, seed):
    """A permutation, drawn without replacement: the same customers each time, so everything looks stable."""
    rng = np.random.default_rng(seed)
    whole = np.asarray(fit_predict(X))
    out = []
    for _ in range(n):
        d = rng.permutation(len(X))
        out.append(adjusted_rand_score(whole[d], fit_predict(X[d])))
    return float(np.mean(out))


def bootstrap_stability__wrong_reclusters_the_resample(X, fit_predict, n, seed):
    """Both sides cluster the resample: it measures whether the algorithm repeats itself, and never clusters all of X."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(n):
        d = rng.integers(0, len(X), len(X))
        out.append(adjusted_rand_score(fit_predict(X[d]), fit_predict(X[d])))
    return float(np.mean(out))


def bootstrap_stability__wrong_same_resample(X, fit_predict, n, seed):
    """The generator is made anew inside the loop: n times the same resample."""
    whole = np.asarray(fit_predict(X))
    out = []
    for _ in range(n):
        d = np.random.default_rng(seed).integers(0, len(X), len(X))
        out.append(adjusted_rand_score(whole[d], fit_predict(X[d])))
    return float(np.mean(out))


def bootstrap_stability__wrong_seed_ignored_again(X, fit_predict, n, seed):
    """No seed: two calls give different values."""
    whole = np.asarray(fit_predict(X))
    out = []
    for _ in range(n):
        d = np.random.default_rng().integers(0, len(X), len(X))
        out.append(adjusted_rand_score(whole[d], fit_predict(X[d])))
    return float(np.mean(out))


# ---- bgnbd_neg_log_likelihood


def bgnbd_neg_log_likelihood__right_factored(params, x, t_x, T):
    r, alpha, a, b = map(float, params)
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
    first = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    again = np.maximum(x, 1)
    second = special.betaln(a + 1, b + again - 1) - (r + again) * np.log(alpha + t_x)
    return -float(np.sum(common + np.where(x > 0, np.logaddexp(first, second), first)))


def bgnbd_neg_log_likelihood__right_math_loop(params, x, t_x, T):
    r, alpha, a, b = params
    lg = math.lgamma
    lb = lambda p, q: lg(p) + lg(q) - lg(p + q)  # noqa: E731
    total = 0.0
    for n, t, end in zip(np.asarray(x).tolist(), np.asarray(t_x).tolist(), np.asarray(T).tolist()):
        base = lg(r + n) - lg(r) + r * math.log(alpha) - lb(a, b)
        terms = [lb(a, b + n) - (r + n) * math.log(alpha + end)]
        if n > 0:
            terms.append(lb(a + 1, b + n - 1) - (r + n) * math.log(alpha + t))
        top = max(terms)
        total -= base + top + math.log(sum(math.exp(v - top) for v in terms))
    return total


def _bg_again(params, x, t_x, T, delta=True, swap=False, agg=np.sum, sign=-1, rate=True):
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    if swap:
        t_x, T = T, t_x
    c = (
        special.gammaln(r + x)
        - special.gammaln(r)
        + (r * np.log(alpha) if rate else 0)
        - special.betaln(a, b)
    )
    f = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    n = np.maximum(x, 1) if delta else x
    with np.errstate(all="ignore"):
        s = special.betaln(a + 1, b + n - 1) - (r + x) * np.log(alpha + t_x)
        both = np.logaddexp(f, s)
    return float(sign * agg(c + (np.where(x > 0, both, f) if delta else both)))


def bgnbd_neg_log_likelihood__wrong_second_term_for_all(params, x, t_x, T):
    """The second term is added for customers without a repeat purchase too (wrong or NaN where x is 0)."""
    return _bg_again(params, x, t_x, T, delta=False)


def bgnbd_neg_log_likelihood__wrong_mean_again(params, x, t_x, T):
    """The mean over customers, not the sum (and NaN for no customers)."""
    return _bg_again(params, x, t_x, T, agg=np.mean)


def bgnbd_neg_log_likelihood__wrong_sign_again(params, x, t_x, T):
    """The log-likelihood, without the minus."""
    return _bg_again(params, x, t_x, T, sign=1)


def bgnbd_neg_log_likelihood__wrong_times_swapped_again(params, x, t_x, T):
    """t_x and T are exchanged (shows where they differ)."""
    return _bg_again(params, x, t_x, T, swap=True)


def bgnbd_neg_log_likelihood__wrong_constant_dropped(params, x, t_x, T):
    """The factor alpha ** r is dropped as if it were constant; it depends on the parameters."""
    return _bg_again(params, x, t_x, T, rate=False)


def bgnbd_neg_log_likelihood__wrong_as_printed_again(params, x, t_x, T):
    """Computed as it is printed: gamma(r + x) overflows for a few hundred purchases, and the result is inf or NaN."""
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    B, G = special.beta, special.gamma
    with np.errstate(all="ignore"):
        L = B(a, b + x) / B(a, b) * G(r + x) * alpha**r / (G(r) * (alpha + T) ** (r + x))
        n = np.maximum(x, 1)
        L2 = B(a + 1, b + n - 1) / B(a, b) * G(r + x) * alpha**r / (G(r) * (alpha + t_x) ** (r + x))
        return float(-np.log(L + np.where(x > 0, L2, 0)).sum())


def bgnbd_neg_log_likelihood__wrong_clipped_log(params, x, t_x, T):
    """Adds exp of both terms and clips at 1e-300 before the logarithm: finite, but wrong for customers with many purchases."""
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    c = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
    f = np.exp(special.betaln(a, b + x) - (r + x) * np.log(alpha + T))
    n = np.maximum(x, 1)
    s = np.exp(special.betaln(a + 1, b + n - 1) - (r + x) * np.log(alpha + t_x))
    return float(-(c + np.log(np.maximum(f + np.where(x > 0, s, 0), 1e-300))).sum())


# ---- ziln_loss


def ziln_loss__right_scipy_lognorm(y, logit, mu, sigma):
    y, logit, mu = (np.asarray(v, float) for v in (y, logit, mu))
    sigma = np.broadcast_to(np.asarray(sigma, float), y.shape)
    loss = -special.log_expit(-logit)
    p = y > 0
    loss = loss.copy()
    z = (np.log(y[p]) - mu[p]) / sigma[p]
    loss[p] = -special.log_expit(logit[p]) - stats.norm.logpdf(z) + np.log(sigma[p]) + np.log(y[p])
    return float(loss.mean())


def ziln_loss__right_loop_again(y, logit, mu, sigma):
    s = np.broadcast_to(sigma, np.shape(y)).tolist()
    total = 0.0
    for v, l, m, d in zip(
        np.asarray(y, float).tolist(),
        np.asarray(logit, float).tolist(),
        np.asarray(mu, float).tolist(),
        s,
    ):
        soft = max(l, 0.0) + math.log1p(math.exp(-abs(l)))  # log(1 + e^l)
        total += soft if v == 0 else soft - l
        if v > 0:
            total += (
                math.log(v)
                + math.log(d)
                + 0.5 * math.log(2 * math.pi)
                + ((math.log(v) - m) / d) ** 2 / 2
            )
    return total / len(s)


def _ziln_again(
    y, logit, mu, sigma, jacobian=True, logsigma=True, half=True, per_buyer=False, turned=False
):
    y, logit, mu = (np.asarray(v, float) for v in (y, logit, mu))
    sigma = np.broadcast_to(np.asarray(sigma, float), y.shape)
    p = y > 0
    g = -logit if turned else logit
    ce = np.where(p, np.logaddexp(0, -g), np.logaddexp(0, g))
    ly = np.log(np.where(p, y, 1))
    ln = ((ly - mu) / sigma) ** 2 / 2
    ln = (
        ln
        + (np.log(sigma) if logsigma else 0)
        + (np.log(2 * np.pi) / 2 if half else 0)
        + (ly if jacobian else 0)
    )
    if per_buyer:
        return float(ce.mean() + (ln[p].mean() if p.any() else 0.0))
    return float((ce + np.where(p, ln, 0)).mean())


def ziln_loss__wrong_density_of_log(y, logit, mu, sigma):
    """The factor 1 / y is missing: the density of the logarithm of spend, not of spend."""
    return _ziln_again(y, logit, mu, sigma, jacobian=False)


def ziln_loss__wrong_mean_over_buyers(y, logit, mu, sigma):
    """The lognormal part is averaged over the buyers only, not over all customers."""
    return _ziln_again(y, logit, mu, sigma, per_buyer=True)


def ziln_loss__wrong_no_log_sigma_again(y, logit, mu, sigma):
    """log sigma is missing (shows when sigma is not 1)."""
    return _ziln_again(y, logit, mu, sigma, logsigma=False)


def ziln_loss__wrong_no_constant_again(y, logit, mu, sigma):
    """log(2 pi) / 2 is left out: not the likelihood, though it has the same minimum."""
    return _ziln_again(y, logit, mu, sigma, half=False)


def ziln_loss__wrong_log_odds_turned(y, logit, mu, sigma):
    """The log-odds are taken as those of spending nothing."""
    return _ziln_again(y, logit, mu, sigma, turned=True)


def ziln_loss__wrong_overflows(y, logit, mu, sigma):
    """log(sigmoid) without a stable form: log(0) is infinite for log-odds of 900 or -900."""
    y, logit, mu = (np.asarray(v, float) for v in (y, logit, mu))
    with np.errstate(all="ignore"):
        q = 1 / (1 + np.exp(-logit))
        p = y > 0
        ly = np.log(np.where(p, y, 1))
        ln = ((ly - mu) / sigma) ** 2 / 2 + np.log(sigma) + np.log(2 * np.pi) / 2 + ly
        return float(np.where(p, -np.log(q) + ln, -np.log(1 - q)).mean())


def ziln_loss__wrong_log1p_again(y, logit, mu, sigma):
    """log1p(y) is used for the logarithm of spend."""
    y0 = np.asarray(y, float)
    p = y0 > 0
    s = np.broadcast_to(np.asarray(sigma, float), y0.shape)
    ce = np.where(
        p, np.logaddexp(0, -np.asarray(logit, float)), np.logaddexp(0, np.asarray(logit, float))
    )
    ly = np.log1p(y0)
    ln = ((ly - mu) / s) ** 2 / 2 + np.log(s) + np.log(2 * np.pi) / 2 + ly
    return float((ce + np.where(p, ln, 0)).mean())


# ---- normalised_gini


def normalised_gini__right_groupby_transform(y, score):
    s = pd.DataFrame({"y": np.asarray(y, float), "s": np.asarray(score, float)})
    n = len(s)
    if n == 0 or s["y"].sum() == 0 or s["y"].nunique() == 1:
        return math.nan

    def gini(key):
        shared = s["y"].groupby(s[key]).transform("mean")
        curve = shared.iloc[np.argsort(-s[key].to_numpy(), kind="stable")].cumsum() / s["y"].sum()
        return 2 * curve.mean() - (n + 1) / n

    return float(gini("s") / gini("y"))


def normalised_gini__right_rank_covariance(y, score):
    y, score = np.asarray(y, float), np.asarray(score, float)
    if y.size == 0 or np.all(y == y[0]):
        return float("nan")
    c = y - y.mean()
    a = c @ stats.rankdata(score)
    b = c @ stats.rankdata(y)
    return float(a / b)


def _gini(y, order):
    n = len(y)
    return 2 * (np.cumsum(y[order]) / y.sum()).mean() - (n + 1) / n


def normalised_gini__wrong_ties_by_row_again(y, score):
    """Customers of equal score keep the order of the table: the result depends on the order of rows."""
    y, score = np.asarray(y, float), np.asarray(score, float)
    if y.size == 0 or np.ptp(y) == 0:
        return math.nan
    return float(_gini(y, np.argsort(-score, kind="stable")) / _gini(y, np.argsort(-y)))


def normalised_gini__wrong_not_normalised_again(y, score):
    """Not divided by the Gini of the best order."""
    y = np.asarray(y, float)
    if y.size == 0 or np.ptp(y) == 0:
        return math.nan
    shared = pd.Series(y).groupby(np.asarray(score, float)).transform("mean").to_numpy()
    return float(_gini(shared, np.argsort(-np.asarray(score, float), kind="stable")))


def normalised_gini__wrong_lowest_first_again(y, score):
    """Sorted ascending: the sign is turned."""
    return -normalised_gini__right_rank_covariance(y, score)


def normalised_gini__wrong_one_instead_of_n_plus_one(y, score):
    """Subtracts 1, not (n + 1) / n, the value when all spend the same (shows most with few customers)."""
    y, score = np.asarray(y, float), np.asarray(score, float)
    if y.size == 0 or np.ptp(y) == 0:
        return math.nan
    shared = pd.Series(y).groupby(score).transform("mean").to_numpy()
    a = 2 * (np.cumsum(shared[np.argsort(-score, kind="stable")]) / y.sum()).mean() - 1
    b = 2 * (np.cumsum(-np.sort(-y)) / y.sum()).mean() - 1
    return float(a / b)


def normalised_gini__wrong_spearman_again(y, score):
    """Spearman's rank correlation: amounts of money do not count."""
    y = np.asarray(y, float)
    if y.size == 0 or np.ptp(y) == 0:
        return math.nan
    r = stats.spearmanr(score, y).statistic
    return float(np.nan_to_num(r))


def normalised_gini__wrong_zero_for_undefined(y, score):
    """0, not NaN, if nobody spends, all spend the same, or there are no customers."""
    g = normalised_gini__right_rank_covariance(y, score)
    return 0.0 if math.isnan(g) else g


def normalised_gini__wrong_clipped(y, score):
    """Cut off at 0: an order worse than random is below 0, down to -1."""
    g = normalised_gini__right_rank_covariance(y, score)
    return g if math.isnan(g) else max(g, 0.0)


# ---- payback_month


def payback_month__right_enumerate(spend, margin, cac, rate=0.0):
    if cac <= 0:
        return 0
    total = 0.0
    for m, s in enumerate(spend, start=1):
        total += margin * s / (1 + rate) ** (m / 12)
        if total >= cac:
            return m
    return None


def payback_month__right_cumsum_again(spend, margin, cac, rate=0.0):
    s = np.asarray(list(spend), dtype=float)
    m = np.arange(1, len(s) + 1)
    so_far = np.concatenate([[0.0], np.cumsum(margin * s * (1.0 + rate) ** (-m / 12))])
    hit = np.nonzero(so_far >= cac)[0]
    return int(hit[0]) if len(hit) else None


def payback_month__wrong_strictly_more_again(spend, margin, cac, rate=0.0):
    """`>`: a month after which the margin is exactly cac does not count."""
    if cac <= 0:
        return 0
    c = np.cumsum([margin * s / (1 + rate) ** (m / 12) for m, s in enumerate(spend, 1)])
    return next((m for m, v in enumerate(c, 1) if v > cac), None)


def payback_month__wrong_revenue_again(spend, margin, cac, rate=0.0):
    """Counts spend, not the margin on it."""
    return payback_month__right_enumerate(spend, 1.0, cac, rate)


def payback_month__wrong_rate_per_month_again(spend, margin, cac, rate=0.0):
    """Discounts by the yearly rate in every month."""
    if cac <= 0:
        return 0
    t = 0.0
    for m, s in enumerate(spend, 1):
        t += margin * s / (1 + rate) ** m
        if t >= cac:
            return m
    return None


def payback_month__wrong_first_month_not_discounted(spend, margin, cac, rate=0.0):
    """The first month is discounted by 0 months, the second by 1: an exponent of m - 1."""
    if cac <= 0:
        return 0
    t = 0.0
    for m, s in enumerate(spend):
        t += margin * s / (1 + rate) ** (m / 12)
        if t >= cac:
            return m + 1
    return None


def payback_month__wrong_rate_over_twelve_again(spend, margin, cac, rate=0.0):
    """Monthly rate taken as rate / 12 (nominal) instead of the twelfth root."""
    if cac <= 0:
        return 0
    t = 0.0
    for m, s in enumerate(spend, 1):
        t += margin * s / (1 + rate / 12) ** m
        if t >= cac:
            return m
    return None


def payback_month__wrong_free_customer(spend, margin, cac, rate=0.0):
    """A customer who cost nothing gets month 1 (or None without months) instead of 0."""
    t = 0.0
    for m, s in enumerate(spend, 1):
        t += margin * s / (1 + rate) ** (m / 12)
        if t >= cac:
            return m
    return None


def payback_month__wrong_never_is_length(spend, margin, cac, rate=0.0):
    """argmax of nothing is 0: month 1 is returned when the cost is never paid back."""
    if cac <= 0 or not len(spend):
        return 0 if cac <= 0 else None
    s = np.asarray(spend, float)
    c = np.cumsum(margin * s / (1 + rate) ** (np.arange(1, len(s) + 1) / 12))
    return int(np.argmax(c >= cac)) + 1


# ---- survival_curve


def survival_curve__right_loop_again(days, left, horizon):
    pairs = list(zip(np.asarray(days).tolist(), np.asarray(left).tolist()))
    curve = [1.0]
    for d in range(1, horizon + 1):
        at_risk = sum(t >= d for t, _ in pairs)
        gone = sum(t == d and bool(e) for t, e in pairs)
        curve.append(curve[-1] * (1 - gone / at_risk) if at_risk else math.nan)
    return np.array(curve)


def survival_curve__right_bincount_again(days, left, horizon):
    days, left = np.asarray(days, int), np.asarray(left, bool)
    d = np.arange(horizon + 1)
    risk = (days[None, :] >= d[:, None]).sum(axis=1).astype(float)
    events = np.bincount(days[left], minlength=horizon + 1)[: horizon + 1]
    with np.errstate(all="ignore"):
        stay = 1 - events / risk
    stay[0] = 1.0
    return np.cumprod(np.where((risk > 0) | (d == 0), stay, np.nan))


def survival_curve__wrong_censored_dropped_again(days, left, horizon):
    """Users whose observation ended are left out: too few are seen to stay, the curve is too low."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    return survival_curve__right_loop_again(days[left], left[left], horizon)


def survival_curve__wrong_censored_as_left(days, left, horizon):
    """The end of observation is taken for leaving."""
    return survival_curve__right_loop_again(days, np.ones(len(days), bool), horizon)


def survival_curve__wrong_censored_stay_forever(days, left, horizon):
    """Users whose observation ended stay in the denominator for ever: the curve is too high, and not NaN where nobody is observed."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    if not len(days):
        return np.array([1.0] + [np.nan] * horizon)
    return np.array([1 - (left & (days <= d)).sum() / len(days) for d in range(horizon + 1)])


def survival_curve__wrong_censored_gone_that_day(days, left, horizon):
    """A user whose observation ended on a day is no longer counted on it; she was still observed."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    out = [1.0]
    for d in range(1, horizon + 1):
        risk = ((days > d) | ((days == d) & left)).sum()
        out.append(out[-1] * (1 - ((days == d) & left).sum() / risk) if risk else np.nan)
    return np.array(out)


def survival_curve__wrong_risk_after_the_day(days, left, horizon):
    """The denominator counts those observed after the day (`>`): leavers are not in it."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    out = [1.0]
    for d in range(1, horizon + 1):
        risk = (days > d).sum()
        out.append(out[-1] * (1 - ((days == d) & left).sum() / risk) if risk else np.nan)
    return np.array(out)


def survival_curve__wrong_flat_after_the_last(days, left, horizon):
    """The curve goes on flat (or at 0) where nobody is observed any more, instead of NaN."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    out = [1.0]
    for d in range(1, horizon + 1):
        risk = (days >= d).sum()
        out.append(out[-1] * (1 - ((days == d) & left).sum() / max(risk, 1)))
    return np.array(out)


def survival_curve__wrong_hazard(days, left, horizon):
    """The daily shares that stay, not their product."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    out = [1.0]
    for d in range(1, horizon + 1):
        risk = (days >= d).sum()
        out.append(1 - ((days == d) & left).sum() / risk if risk else np.nan)
    return np.array(out)


# What is true of an answer: the misconceptions that it may be told.


def _more_floats(profile, names="RFM"):
    return [pd.to_numeric(profile[c]).to_numpy(dtype=float, na_value=np.nan) for c in names]


_SEGMENTS = ("champions", "loyal", "at risk", "recent", "lost", "other")


def assign_segments__right_select_once_more(profile):
    """np.select on float arrays; a comparison with NaN is False."""
    r, f, m = _more_floats(profile)
    rules = [
        (r >= 4) & (f >= 4) & (m >= 4),
        (f >= 4) & (r >= 3),
        (r <= 2) & ((f >= 4) | (m >= 4)),
        r >= 4,
        r <= 2,
    ]
    return pd.Series(np.select(rules, _SEGMENTS[:5], "other"), index=profile.index, dtype=object)


def assign_segments__right_loop_once_more(profile):
    """A function of three numbers; None for a missing one."""

    def rule(r, f, m):
        high = [x is not None and x >= 4 for x in (r, f, m)]
        if all(high):
            return "champions"
        if high[1] and r is not None and r >= 3:
            return "loyal"
        if r is not None and r <= 2:
            return "at risk" if high[1] or high[2] else "lost"
        return "recent" if high[0] else "other"

    columns = [[None if pd.isna(x) else float(x) for x in profile[c].tolist()] for c in "RFM"]
    return pd.Series([rule(*row) for row in zip(*columns)], index=profile.index, dtype=object)


def assign_segments__right_backwards(profile):
    """Writes by position from the last rule to the first, so that the first one wins."""
    r, f, m = (np.nan_to_num(x, nan=2.5) for x in _more_floats(profile))
    out = np.full(len(profile), "other", dtype=object)
    out[r <= 2] = "lost"
    out[r >= 4] = "recent"
    out[(r <= 2) & (np.maximum(f, m) >= 4)] = "at risk"
    out[(r >= 3) & (f >= 4)] = "loyal"
    out[np.minimum(np.minimum(r, f), m) >= 4] = "champions"
    return pd.Series(out, profile.index, name="segment")


def assign_segments__right_table(profile):
    """A table of all 4 x 2 x 2 classes of scores, read by number."""
    table = []
    for r, f, m in itertools.product(("low", "3", "high", "none"), (False, True), (False, True)):
        if r == "high":
            table.append("champions" if f and m else "loyal" if f else "recent")
        elif r == "low":
            table.append("at risk" if f or m else "lost")
        else:
            table.append("loyal" if f and r == "3" else "other")
    r, f, m = _more_floats(profile)
    place = np.where(np.isnan(r), 3, np.where(r <= 2, 0, np.where(r < 4, 1, 2)))
    code = 4 * place + 2 * (f >= 4) + (m >= 4)
    return pd.Series([table[c] for c in code], index=profile.index, dtype=object)


def _select(r, f, m, index):
    rules = [
        (r >= 4) & (f >= 4) & (m >= 4),
        (f >= 4) & (r >= 3),
        (r <= 2) & ((f >= 4) | (m >= 4)),
        r >= 4,
        r <= 2,
    ]
    return pd.Series(np.select(rules, _SEGMENTS[:5], "other"), index=index, dtype=object)


def assign_segments__wrong_missing_is_zero_once_more(profile):
    """fillna(0): a missing R is "2 or less"; R missing, F = M = 1 is lost instead of other."""
    r, f, m = (np.nan_to_num(x, nan=0.0) for x in _more_floats(profile))
    return _select(r, f, m, profile.index)


def assign_segments__wrong_not_below_three(profile):
    """~(R < 3) instead of R >= 3: R missing and F = 4 is loyal instead of other."""
    r, f, m = _more_floats(profile)
    out = np.select(
        [
            (r >= 4) & (f >= 4) & (m >= 4),
            (f >= 4) & ~(r < 3),
            (r <= 2) & ((f >= 4) | (m >= 4)),
            r >= 4,
            r <= 2,
        ],
        _SEGMENTS[:5],
        "other",
    )
    return pd.Series(out, index=profile.index, dtype=object)


def assign_segments__wrong_na_ambiguous(profile):
    """if r >= 4 raises TypeError for <NA> in a nullable column (right for NaN)."""

    def rule(r, f, m):
        if r >= 4 and f >= 4 and m >= 4:
            return "champions"
        if f >= 4 and r >= 3:
            return "loyal"
        if r <= 2 and (f >= 4 or m >= 4):
            return "at risk"
        return "recent" if r >= 4 else "lost" if r <= 2 else "other"

    rows = zip(profile["R"], profile["F"], profile["M"])
    return pd.Series([rule(*row) for row in rows], index=profile.index, dtype=object)


def assign_segments__wrong_repeated_labels(profile):
    """Writes by label: of rows with the same label the last one decides; index [1, 1]."""
    one_by_one = assign_segments__right_loop_once_more(profile)
    out = pd.Series("other", index=profile.index, dtype=object)
    for label, segment in zip(profile.index, one_by_one):
        out.loc[label] = segment
    return out


def assign_segments__wrong_column_added(profile):
    """Adds the column "segment" to the table of the caller."""
    profile["segment"] = assign_segments__right_select_once_more(profile)
    return profile["segment"]


def assign_segments__wrong_number_of_group(profile):
    """ngroup() is -1 for a row with a missing score, which reads the segment of the last group.

    R, F, M = 5, 5, 5 and missing, 1, 1: the second is a champion too.
    """
    scores = pd.DataFrame(dict(zip("RFM", _more_floats(profile))))
    by = scores.groupby(["R", "F", "M"])
    keys = by.size().index.to_frame(index=False)
    if keys.empty:
        return assign_segments__right_select_once_more(profile)
    names = assign_segments__right_select_once_more(keys).to_numpy()
    return pd.Series(names[by.ngroup().to_numpy()], index=profile.index, dtype=object)


def assign_segments__wrong_any_missing_is_other(profile):
    """Rows with a missing score become other; R = 4, F = 4, M missing is loyal."""
    known = profile[["R", "F", "M"]].notna().all(axis=1).to_numpy()
    out = assign_segments__right_select_once_more(profile)
    out[~known] = "other"
    return out


def assign_segments__wrong_gaps_elsewhere(profile):
    """dropna over all columns: a gap in another column makes the customer other."""
    out = assign_segments__right_select_once_more(profile)
    scores = profile[["R", "F", "M"]].isna().any(axis=1)
    other_gap = profile.isna().any(axis=1) & ~scores
    out[other_gap.to_numpy()] = "other"
    return out


def assign_segments__wrong_minimum_skips_missing(profile):
    """min(axis=1) >= 4 skips a missing score: R = 5, F = 5, M missing is a champion."""
    out = assign_segments__right_select_once_more(profile)
    lowest = profile[["R", "F", "M"]].astype(float).min(axis=1).to_numpy()
    out[lowest >= 4] = "champions"
    return out


def assign_segments__wrong_cast_to_int(profile):
    """NaN cast to int is a huge negative number, so a missing R is "2 or less": at risk or lost."""
    with np.errstate(all="ignore"):
        r, f, m = (x.astype(np.int64) for x in _more_floats(profile))
        r, f, m = (
            np.where(np.isnan(x), -(2**63), y) for x, y in zip(_more_floats(profile), (r, f, m))
        )
    return _select(r, f, m, profile.index)


def winback_itt__right_means(df):
    """Two means of filled values; the mean of nothing is NaN."""
    spent, sent = df["after"].fillna(0.0), df["assigned"].astype(bool)
    return float(spent[sent.to_numpy()].mean() - spent[~sent.to_numpy()].mean())


def winback_itt__right_plain(df):
    """Two lists and math.fsum."""
    groups = {True: [], False: []}
    for sent, usd in zip(df["assigned"].tolist(), df["after"].tolist()):
        groups[bool(sent)].append(0.0 if usd != usd else float(usd))
    if not all(groups.values()):
        return math.nan
    return math.fsum(groups[True]) / len(groups[True]) - math.fsum(groups[False]) / len(
        groups[False]
    )


def winback_itt__right_regression(df):
    """The slope of a regression on the assignment, which is the difference of the two means."""
    z = df["assigned"].to_numpy(dtype=float)
    y = np.nan_to_num(df["after"].to_numpy(dtype=float))
    if len(z) == 0 or z.min() == z.max():
        return float("nan")
    d = z - z.mean()
    return float(d @ (y - y.mean()) / (d @ d))


def winback_itt__right_fractions(df):
    """Sums as fractions; sizes by Counter."""
    size, total = Counter(), defaultdict(Fraction)
    for sent, usd in df[["assigned", "after"]].itertuples(index=False, name=None):
        size[bool(sent)] += 1
        total[bool(sent)] += Fraction(0) if pd.isna(usd) else Fraction(usd)
    if len(size) < 2:
        return float("nan")
    return float(total[True] / size[True] - total[False] / size[False])


def _itt(after, sent):
    after, sent = np.asarray(after, dtype=float), np.asarray(sent, dtype=bool)
    if sent.all() or not sent.any():
        return float("nan")
    return float(after[sent].mean() - after[~sent].mean())


def winback_itt__wrong_change_since_before(df):
    """Subtracts what was spent before: a difference in differences; before = 1, 3, 1."""
    return _itt(df["after"].fillna(0) - df["before"], df["assigned"])


def winback_itt__wrong_hold_out_skips_missing(df):
    """Fills NaN for the assigned only; mean() skips those of the hold-out."""
    sent = df["assigned"].to_numpy()
    after = df["after"].to_numpy(dtype=float)
    one, two = np.nan_to_num(after[sent]), after[~sent]
    if not len(one) or not len(two):
        return float("nan")
    return float(one.mean() - pd.Series(two).mean())


def winback_itt__wrong_no_group_is_zero(df):
    """nan_to_num at the end: an empty group gives 0 instead of NaN."""
    return float(np.nan_to_num(_itt(df["after"].fillna(0), df["assigned"])))


def winback_itt__wrong_empty_group_spends_zero(df):
    """Sums divided by max(n, 1): an empty hold-out has mean 0."""
    sent = df["assigned"].to_numpy()
    after = df["after"].fillna(0).to_numpy(dtype=float)
    return float(
        after[sent].sum() / max(sent.sum(), 1) - after[~sent].sum() / max((~sent).sum(), 1)
    )


def winback_itt__wrong_opened_in_hold_out(df):
    """Leaves customers of the hold-out who opened (a forwarded mail) out of it."""
    keep = ~(df["opened"].to_numpy() & ~df["assigned"].to_numpy())
    return _itt(df["after"].fillna(0)[keep], df["assigned"][keep])


def winback_itt__wrong_equal_rows_once(df):
    """drop_duplicates: two customers with the same four values are one; two equal rows."""
    df = df.drop_duplicates()
    return _itt(df["after"].fillna(0), df["assigned"])


def winback_itt__wrong_repeated_labels(df):
    """Selects by labels: with labels that repeat, rows come twice or in both groups."""
    after = df["after"].fillna(0)
    one, two = df.index[df["assigned"]], df.index[~df["assigned"]]
    return float(after.loc[one].mean() - after.loc[two].mean())


def winback_itt__wrong_whole_dollars(df):
    """astype(int) after fillna cuts off cents; after = 6.5."""
    return _itt(df["after"].fillna(0).astype(int), df["assigned"])


def winback_itt__wrong_only_earlier_buyers(df):
    """Keeps customers with before > 0, because only those can be won back; before = 0."""
    df = df[df["before"] > 0]
    return _itt(df["after"].fillna(0), df["assigned"])


def winback_itt__wrong_fills_in_place(df):
    """Writes the zeros into the column of the caller."""
    df["after"] = df["after"].fillna(0.0)
    return _itt(df["after"], df["assigned"])


def retention_curve__right_groupby(activity, horizon, end):
    """Age of each order, customers who were observed long enough, distinct pairs."""
    first = activity.groupby("customer_id")["period"].min()
    kept = first[first + horizon <= end]
    if kept.empty:
        return np.full(horizon + 1, np.nan)
    pairs = activity[activity["customer_id"].isin(kept.index)].drop_duplicates(
        ["customer_id", "period"]
    )
    age = pairs["period"].to_numpy() - kept.loc[pairs["customer_id"]].to_numpy()
    return np.array([(age == h).sum() for h in range(horizon + 1)]) / len(kept)


def retention_curve__right_sets_once_more(activity, horizon, end):
    """A set of periods for each customer."""
    periods = defaultdict(set)
    for customer, period in zip(activity["customer_id"].tolist(), activity["period"].tolist()):
        periods[customer].add(period)
    kept = [(min(own), own) for own in periods.values() if min(own) + horizon <= end]
    if not kept:
        return np.array([math.nan] * (horizon + 1))
    return np.array([sum(a + h in own for a, own in kept) / len(kept) for h in range(horizon + 1)])


def retention_curve__right_arrays(activity, horizon, end):
    """factorize, minimum.at and a boolean table of ages."""
    code, names = pd.factorize(activity["customer_id"])
    period = activity["period"].to_numpy().astype(np.int64)
    first = np.full(len(names), np.iinfo(np.int64).max)
    np.minimum.at(first, code, period)
    age = period - first[code]
    seen = np.zeros((len(names), horizon + 1), dtype=bool)
    near = age <= horizon
    seen[code[near], age[near]] = True
    seen = seen[first <= end - horizon]
    return seen.mean(axis=0) if len(seen) else np.full(horizon + 1, np.nan)


def retention_curve__right_sorted_walk(activity, horizon, end):
    """Sorts the orders by period; the first time a customer appears is her first period."""
    order = np.argsort(activity["period"].to_numpy(), kind="stable")
    customer, period = activity["customer_id"].tolist(), activity["period"].tolist()
    first, active = {}, [set() for _ in range(horizon + 1)]
    for row in order:
        c, p = customer[row], int(period[row])
        start = first.setdefault(c, p)
        if start + horizon <= end and p - start <= horizon:
            active[p - start].add(c)
    n = len(active[0])
    return np.array([len(a) / n if n else np.nan for a in active])


def _more_curve(customer, period, horizon, end, first=None):
    rows = pd.DataFrame({"c": np.asarray(customer), "p": np.asarray(period)})
    rows["first"] = rows.groupby("c")["p"].transform("min") if first is None else first
    rows = rows[rows["first"] + horizon <= end]
    n = rows["c"].nunique()
    age = rows["p"] - rows["first"]
    return np.array(
        [rows["c"][age == h].nunique() / n if n else np.nan for h in range(horizon + 1)]
    )


def retention_curve__wrong_periods_renumbered(activity, horizon, end):
    """Numbers the periods that occur: one without any order vanishes; periods 0 and 2, end = 2."""
    known = np.sort(activity["period"].unique())
    code = np.searchsorted(known, activity["period"].to_numpy())
    return _more_curve(
        activity["customer_id"], code, horizon, np.searchsorted(known, end, "right") - 1
    )


def retention_curve__wrong_first_row_once_more(activity, horizon, end):
    """groupby.first() is the first row, not the first period; rows of periods 2, 0."""
    first = activity.groupby("customer_id")["period"].transform("first").to_numpy()
    return _more_curve(activity["customer_id"], activity["period"], horizon, end, first)


def retention_curve__wrong_too_short(activity, horizon, end):
    """bincount without minlength: too short if nobody is active at the last age."""
    first = activity.groupby("customer_id")["period"].min()
    kept = first[first + horizon <= end]
    if kept.empty:
        return np.full(horizon + 1, np.nan)
    pairs = activity[activity["customer_id"].isin(kept.index)].drop_duplicates(
        ["customer_id", "period"]
    )
    age = pairs["period"].to_numpy() - kept.loc[pairs["customer_id"]].to_numpy()
    return np.bincount(age)[: horizon + 1] / len(kept)


def retention_curve__wrong_zeros_for_nobody_once_more(activity, horizon, end):
    """max(n, 1) in the denominator: 0 instead of NaN when nobody was observed that long."""
    return np.nan_to_num(_more_curve(activity["customer_id"], activity["period"], horizon, end))


def retention_curve__wrong_column_added(activity, horizon, end):
    """Adds a column to the table of the caller."""
    activity["first"] = activity.groupby("customer_id")["period"].transform("min")
    return _more_curve(activity["customer_id"], activity["period"], horizon, end)


def retention_curve__wrong_end_from_rows(activity, horizon, end):
    """Takes the last period in the table as the end; rows after end, or a quiet last period."""
    last = int(activity["period"].max()) if len(activity) else end
    return _more_curve(activity["customer_id"], activity["period"], horizon, last)


def retention_curve__wrong_first_always_one(activity, horizon, end):
    """Puts a 1 in front: element 0 is 1 also when nobody was observed that long."""
    curve = _more_curve(activity["customer_id"], activity["period"], horizon, end)
    return np.concatenate([[1.0], curve[1:]])


def retention_curve__wrong_observed_by_last_order_once_more(activity, horizon, end):
    """ "Observed long enough" if the last order is horizon periods after the first: only survivors."""
    by = activity[activity["period"] <= end].groupby("customer_id")["period"]
    long = by.max() - by.min() >= horizon
    rows = activity[activity["customer_id"].isin(long.index[long])]
    return _more_curve(rows["customer_id"], rows["period"], horizon, end)


def retention_curve__wrong_other_customers_each_age(activity, horizon, end):
    """Element h over all customers observed h periods; horizon = 2, one joined in the last period."""
    return np.array(
        [
            _more_curve(activity["customer_id"], activity["period"], h, end)[h]
            for h in range(horizon + 1)
        ]
    )


def bgnbd_neg_log_likelihood__right_logaddexp(params, x, t_x, T):
    """Both terms as logarithms."""
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    both = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
    one = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    again = x > 0
    two = np.full(x.shape, -np.inf)
    two[again] = special.betaln(a + 1, b + x[again] - 1) - (r + x[again]) * np.log(
        alpha + t_x[again]
    )
    return float(-np.sum(both + np.logaddexp(one, two))) + 0.0


def bgnbd_neg_log_likelihood__right_loop_once_more(params, x, t_x, T):
    """math.lgamma, customer by customer; the larger term is taken out."""
    r, alpha, a, b = map(float, params)

    def beta(p, q):
        return math.lgamma(p) + math.lgamma(q) - math.lgamma(p + q)

    total = []
    for n, last, end in zip(
        np.asarray(x).tolist(), np.asarray(t_x).tolist(), np.asarray(T).tolist()
    ):
        terms = [beta(a, b + n) - (r + n) * math.log(alpha + end)]
        if n > 0:
            terms.append(beta(a + 1, b + n - 1) - (r + n) * math.log(alpha + last))
        top = max(terms)
        log_sum = top + math.log(math.fsum(math.exp(t - top) for t in terms))
        total.append(
            log_sum + math.lgamma(r + n) - math.lgamma(r) + r * math.log(alpha) - beta(a, b)
        )
    return -math.fsum(total) if total else 0.0


def bgnbd_neg_log_likelihood__right_ratio(params, x, t_x, T):
    """The second term as a multiple of the first, softplus of its logarithm."""
    r, alpha, a, b = params
    x, t_x, T = (np.array(v, dtype=float) for v in (x, t_x, T))
    again = x > 0
    safe = np.where(again, b + x - 1, 1.0)
    log_ratio = np.log(a / safe) + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
    gain = np.where(again, np.maximum(log_ratio, 0) + np.log1p(np.exp(-np.abs(log_ratio))), 0.0)
    first = (
        special.betaln(a, b + x)
        - special.betaln(a, b)
        + special.gammaln(r + x)
        - special.gammaln(r)
        + r * (np.log(alpha) - np.log(alpha + T))
        - x * np.log(alpha + T)
    )
    return abs(0.0) - float((first + gain).sum())


def bgnbd_neg_log_likelihood__right_grouped(params, x, t_x, T):
    """Equal customers once, times their number; logsumexp with weights 0 or 1."""
    r, alpha, a, b = params
    rows = Counter(zip(np.asarray(x).tolist(), np.asarray(t_x).tolist(), np.asarray(T).tolist()))
    nll = 0.0
    for (n, last, end), times in rows.items():
        k = max(n, 1)
        logs = [
            special.betaln(a, b + n) - (r + n) * math.log(alpha + end),
            special.betaln(a + 1, b + k - 1) - (r + n) * math.log(alpha + last),
        ]
        value = special.logsumexp(logs, b=[1, int(n > 0)])
        value += r * math.log(alpha) - special.betaln(a, b) + math.log(r / (r + n))
        value += special.gammaln(r + n + 1) - special.gammaln(r + 1)
        nll -= times * float(value)
    return nll


def _bgnbd(params, x, t_x, T, join=np.logaddexp, loggamma=special.gammaln):
    """Logarithm of L of each customer; join adds the two terms."""
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    both = loggamma(r + x) - loggamma(r) + r * np.log(alpha) - special.betaln(a, b)
    one = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    k = np.maximum(x, 1)
    two = special.betaln(a + 1, b + k - 1) - (r + x) * np.log(alpha + t_x)
    with np.errstate(all="ignore"):
        return join(both + one, both + np.where(x > 0, two, -np.inf))


def bgnbd_neg_log_likelihood__wrong_mean_once_more(params, x, t_x, T):
    """The mean over customers, not the sum; two customers."""
    return float(-_bgnbd(params, x, t_x, T).mean()) if len(x) else 0.0


def bgnbd_neg_log_likelihood__wrong_log_of_exp(params, x, t_x, T):
    """log(exp + exp) of the two logarithms: over- or underflow; x = 3000, t_x = T = 1000."""
    return float(-_bgnbd(params, x, t_x, T, lambda p, q: np.log(np.exp(p) + np.exp(q))).sum())


def bgnbd_neg_log_likelihood__wrong_largest_of_all(params, x, t_x, T):
    """Takes out the largest term of *all* customers; the others underflow; x = 0 and 3000."""
    if not len(x):
        return 0.0

    def join(p, q):
        top = max(p.max(), q.max())
        return top + np.log(np.exp(p - top) + np.exp(q - top))

    return float(-_bgnbd(params, x, t_x, T, join).sum())


def bgnbd_neg_log_likelihood__wrong_clipped(params, x, t_x, T):
    """Clips a customer's log-likelihood to -700 ... 700 "to stay finite"; x = 3000."""
    return float(-np.clip(_bgnbd(params, x, t_x, T), -700, 700).sum())


def bgnbd_neg_log_likelihood__wrong_power_of_ratio(params, x, t_x, T):
    """The ratio of the terms is computed as a power: inf for x = 3000, t_x = 1, T = 1000."""
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    first = _bgnbd(params, x, t_x, T, lambda p, q: p)
    with np.errstate(all="ignore"):
        ratio = a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x)
    return float(-(first + np.log1p(np.where(x > 0, ratio, 0.0))).sum())


def bgnbd_neg_log_likelihood__wrong_zero_times_inf(params, x, t_x, T):
    """Multiplies by (x > 0) after a division by b + x - 1: NaN for x = 0 and b = 1."""
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    first = _bgnbd(params, x, t_x, T, lambda p, q: p)
    with np.errstate(all="ignore"):
        ratio = (
            np.log(a) - np.log(np.abs(b + x - 1)) + (r + x) * np.log((alpha + T) / (alpha + t_x))
        )
        gain = (x > 0) * np.logaddexp(0.0, ratio)
    return float(-(first + gain).sum())


def _stirling(z):
    z = np.asarray(z, dtype=float)
    return np.where(z > 170, z * np.log(z) - z, special.gammaln(z))


def bgnbd_neg_log_likelihood__wrong_short_stirling(params, x, t_x, T):
    """Above 170 the logarithm of Gamma is z log z - z, without the root term; x = 200."""
    return float(-_bgnbd(params, x, t_x, T, loggamma=_stirling).sum())


def bgnbd_neg_log_likelihood__wrong_equal_customers_once(params, x, t_x, T):
    """np.unique of the rows without counts: equal customers count once; two equal customers."""
    rows = np.unique(np.column_stack([x, t_x, T]).astype(float), axis=0)
    return float(-_bgnbd(params, *rows.T).sum())


def bgnbd_neg_log_likelihood__wrong_log_of_product(params, x, t_x, T):
    """The logarithm of the product of all L: underflow for some hundred customers."""
    with np.errstate(all="ignore"):
        return float(-np.log(np.prod(np.exp(_bgnbd(params, x, t_x, T)))))


def bgnbd_neg_log_likelihood__wrong_no_customers(params, x, t_x, T):
    """A table of log Gamma up to x.max(): an error for no customers."""
    r = params[0]
    x = np.asarray(x, dtype=int)
    steps = np.log(r + np.arange(x.max() + 1))
    table = np.concatenate([[0.0], steps.cumsum()])
    rest = _bgnbd(params, x, t_x, T, loggamma=lambda z: np.zeros(np.shape(z)))
    return float(-(rest + table[x]).sum())


def _all_the_same(y):
    return len(y) == 0 or min(y) == max(y)


def normalised_gini__right_ranks_once_more(y, score):
    """Mean ranks; the Gini is a weighted sum of them."""
    y = np.asarray(y, dtype=float)
    if _all_the_same(y):
        return float("nan")
    one, two = stats.rankdata(score), stats.rankdata(y)
    middle = (len(y) + 1) / 2
    return float(y @ (one - middle) / (y @ (two - middle)))


def normalised_gini__right_curve_once_more(y, score):
    """As in the text: groups of equal scores share, cumulate, subtract, divide."""
    y = np.asarray(y, dtype=float)
    if _all_the_same(y):
        return float("nan")

    def gini(by):
        _, group = np.unique(by, return_inverse=True)
        shared = (np.bincount(group, y) / np.bincount(group))[group]
        shares = np.cumsum(shared[np.argsort(group, kind="stable")[::-1]]) / y.sum()
        return 2 * shares.mean() - (len(y) + 1) / len(y)

    return float(gini(np.asarray(score)) / gini(y))


def normalised_gini__right_pairs(y, score):
    """Fractions over all pairs: who has more in the pair, and who has the higher score."""
    y = [Fraction(float(v)) for v in y]
    score = np.asarray(score).tolist()
    if _all_the_same(y):
        return math.nan
    won = best = Fraction(0)
    for (a, s), (b, t) in itertools.combinations(zip(y, score), 2):
        best += abs(a - b)
        won += (a - b) * ((s > t) - (s < t))
    return float(won / best)


def normalised_gini__right_best_and_worst(y, score):
    """The mean of two orders: ties sorted by spend, downwards and upwards."""
    y = np.asarray(y, dtype=float)
    if _all_the_same(y):
        return float("nan")
    rank = stats.rankdata(score, method="dense")

    def height(order):
        return y[order].cumsum().sum() / y.sum()

    worst, best = height(np.lexsort((y, -rank))), height(np.lexsort((-y, -rank)))
    level = (len(y) + 1) / 2
    return float(((worst + best) / 2 - level) / (height(np.argsort(-y)) - level))


def _more_gini(y, key):
    """Sum form with mean ranks of key."""
    return y @ (stats.rankdata(key) - (len(y) + 1) / 2)


def normalised_gini__wrong_close_scores_tied(y, score):
    """Rounds the score to 6 digits before ties are looked for; scores of 1e-9 and 2e-9."""
    return normalised_gini__right_curve_once_more(y, np.asarray(score, dtype=float).round(6))


def normalised_gini__wrong_equal_spend_is_zero(y, score):
    """0 instead of NaN if all spend the same (and more than nothing); y = 2, 2."""
    y = np.asarray(y, dtype=float)
    if len(y) and y.sum() > 0 and y.min() == y.max():
        return 0.0
    return normalised_gini__right_ranks_once_more(y, score)


def normalised_gini__wrong_std_is_zero(y, score):
    """Recognises equal spend by std() == 0, which 0.1, 0.1, 0.1 misses by rounding."""
    y = np.asarray(y, dtype=float)
    if len(y) == 0 or y.sum() == 0 or y.std() == 0:
        return float("nan")

    def gini(by):
        _, group = np.unique(by, return_inverse=True)
        shared = (np.bincount(group, y) / np.bincount(group))[group]
        shares = np.cumsum(shared[np.argsort(group, kind="stable")[::-1]]) / y.sum()
        return 2 * shares.mean() - (len(y) + 1) / len(y)

    with np.errstate(all="ignore"):
        return float(gini(np.asarray(score)) / gini(y))


def normalised_gini__wrong_not_negative(y, score):
    """abs() of the Gini of the score: an order turned round is 1 instead of -1."""
    return abs(normalised_gini__right_ranks_once_more(y, score))


def normalised_gini__wrong_one_height_for_each_score(y, score):
    """Mean height over distinct scores, not over customers; y = 3, 1, 0 and score = 2, 1, 1."""
    y = np.asarray(y, dtype=float)
    if _all_the_same(y):
        return float("nan")
    by = pd.Series(y).groupby(np.asarray(score)).sum().sort_index(ascending=False)
    one = 2 * (by.cumsum() / y.sum()).mean() - (len(by) + 1) / len(by)
    two = 2 * (np.sort(y)[::-1].cumsum() / y.sum()).mean() - (len(y) + 1) / len(y)
    return float(one / two)


def normalised_gini__wrong_ties_by_spend(y, score):
    """Breaks ties of the score by spend, largest first: too good; y = 1, 0 and score = 1, 1."""
    y = np.asarray(y, dtype=float)
    if _all_the_same(y):
        return float("nan")
    order = np.lexsort((y, stats.rankdata(score)))
    rank = np.empty(len(y))
    rank[order] = np.arange(len(y))
    return float(y @ (rank - (len(y) - 1) / 2) / _more_gini(y, y))


def normalised_gini__wrong_constant_score(y, score):
    """NaN if all scores are the same, although an order of equals has Gini 0."""
    score = np.asarray(score)
    if len(score) == 0 or score.min() == score.max():
        return float("nan")
    return normalised_gini__right_ranks_once_more(y, score)


def normalised_gini__wrong_nobody_spends(y, score):
    """0 instead of NaN if nobody spends."""
    if len(y) and not np.any(y):
        return 0.0
    return normalised_gini__right_ranks_once_more(y, score)


def normalised_gini__wrong_dense_ranks(y, score):
    """Dense ranks, downwards: ties of the score leave no gap behind them; y = 4, 1, 0, score = 2, 2, 1."""
    y = np.asarray(y, dtype=float)
    if _all_the_same(y):
        return float("nan")
    rank = stats.rankdata(-np.asarray(score, dtype=float), method="dense")
    return float(y @ ((len(y) + 1) / 2 - rank) / _more_gini(y, y))


def payback_month__right_loop_once_more(spend, margin, cac, rate=0.0):
    """Adds up month by month."""
    if cac <= 0:
        return 0
    so_far = 0.0
    for month, usd in enumerate(spend, start=1):
        so_far += margin * usd / (1 + rate) ** (month / 12)
        if so_far >= cac:
            return month
    return None


def payback_month__right_arrays(spend, margin, cac, rate=0.0):
    """cumsum and flatnonzero."""
    usd = np.asarray(spend, dtype=float) * margin
    usd = usd / (1 + rate) ** (np.arange(1, len(usd) + 1) / 12)
    reached = np.flatnonzero(np.cumsum(usd) >= cac)
    if cac <= 0:
        return 0
    return int(reached[0]) + 1 if reached.size else None


def payback_month__right_what_is_owed(spend, margin, cac, rate=0.0):
    """Pays off what is owed, in the money of the day of acquisition."""
    owed, month = cac, 0
    while owed > 0:
        if month == len(spend):
            return None
        month += 1
        owed -= float(spend[month - 1]) * margin * (1 + rate) ** (-month / 12)
    return month


def payback_month__right_accumulate_once_more(spend, margin, cac, rate=0.0):
    """itertools.accumulate with a 0 in front: month 0 is the day of acquisition."""
    monthly = ((1 + rate) ** (-m / 12) * usd * margin for m, usd in enumerate(spend, 1))
    sums = itertools.accumulate(itertools.chain([0.0], monthly))
    return next((m for m, total in enumerate(sums) if total >= cac), None)


def payback_month__wrong_first_month_today(spend, margin, cac, rate=0.0):
    """Discounts month m by m - 1 months; rate = 0.5, spend 100, margin 1, cac 99."""
    return payback_month__right_loop_once_more(spend, margin, cac / (1 + rate) ** (1 / 12), rate)


def payback_month__wrong_nominal_rate(spend, margin, cac, rate=0.0):
    """(1 + rate / 12) ** m instead of (1 + rate) ** (m / 12): discounts too much."""
    return payback_month__right_loop_once_more(spend, margin, cac, (1 + rate / 12) ** 12 - 1)


def payback_month__wrong_negative_cost(spend, margin, cac, rate=0.0):
    """Only a cost of exactly 0 is paid back at once: cac = -1 gives 1, or None without months."""
    if cac == 0:
        return 0
    so_far = 0.0
    for month, usd in enumerate(spend, start=1):
        so_far += margin * usd / (1 + rate) ** (month / 12)
        if so_far >= cac:
            return month
    return None


def payback_month__wrong_quiet_months_skipped(spend, margin, cac, rate=0.0):
    """Leaves months without spend out, and with them the count; spend 10, 0, 10 and cac = 20."""
    return payback_month__right_loop_once_more([usd for usd in spend if usd > 0], margin, cac, rate)


def payback_month__wrong_sum_discounted(spend, margin, cac, rate=0.0):
    """Discounts the whole sum by the last month, not each month by its own."""
    if cac <= 0:
        return 0
    sums = itertools.accumulate(margin * usd for usd in spend)
    return next((m for m, s in enumerate(sums, 1) if s / (1 + rate) ** (m / 12) >= cac), None)


def payback_month__wrong_last_of_nothing(spend, margin, cac, rate=0.0):
    """Looks at the last sum first: IndexError without any month."""
    if cac <= 0:
        return 0
    months = np.arange(1, len(spend) + 1)
    sums = np.cumsum(np.asarray(spend, dtype=float) * margin / (1 + rate) ** (months / 12))
    return None if sums[-1] < cac else int(np.argmax(sums >= cac)) + 1


def payback_month__wrong_whole_years_once_more(spend, margin, cac, rate=0.0):
    """m // 12 instead of m / 12: the first eleven months are not discounted."""
    if cac <= 0:
        return 0
    sums = itertools.accumulate(
        margin * usd / (1 + rate) ** (m // 12) for m, usd in enumerate(spend, 1)
    )
    return next((m for m, total in enumerate(sums, 1) if total >= cac), None)


def payback_month__wrong_margin_in_percent(spend, margin, cac, rate=0.0):
    """A margin of 1 or more is read as per cent: margin = 1 becomes 0.01."""
    return payback_month__right_loop_once_more(
        spend, margin / 100 if margin >= 1 else margin, cac, rate
    )


def payback_month__wrong_zero_or_none(spend, margin, cac, rate=0.0):
    """ "month or None": the 0 of a free customer becomes None; cac = 0."""
    return payback_month__right_loop_once_more(spend, margin, cac, rate) or None


def survival_curve__right_loop_once_more(days, left, horizon):
    """Day by day, counts by masks."""
    days, left = np.asarray(days), np.asarray(left, dtype=bool)
    curve = [1.0]
    for d in range(1, horizon + 1):
        n = int((days >= d).sum())
        curve.append(curve[-1] * (n - int((left & (days == d)).sum())) / n if n else math.nan)
    return np.array(curve)


def survival_curve__right_counts(days, left, horizon):
    """bincount, a sum from behind and cumprod."""
    days, left = np.asarray(days, dtype=np.int64), np.asarray(left, dtype=bool)
    size = max(int(days.max(initial=0)), horizon) + 1
    gone = np.bincount(days[left], minlength=size)
    n = np.bincount(days, minlength=size)[::-1].cumsum()[::-1]
    with np.errstate(all="ignore"):
        stay = np.where(n > 0, 1 - gone / n, np.nan)
    stay[0] = 1.0
    return np.cumprod(stay)[: horizon + 1]


def survival_curve__right_fractions(days, left, horizon):
    """Exact shares; a heap gives up users day by day."""
    heap = [(int(d), bool(e)) for d, e in zip(days, left)]
    heapq.heapify(heap)
    share, curve = Fraction(1), [1.0]
    for d in range(1, horizon + 1):
        n, lost = len(heap), 0
        while heap and heap[0][0] == d:
            lost += heapq.heappop(heap)[1]
        if n == 0:
            curve.append(float("nan"))
            continue
        share *= Fraction(n - lost, n)
        curve.append(float(share))
    return np.array(curve)


def survival_curve__right_step_function(days, left, horizon):
    """Steps at the days with a loss, read by searchsorted on sorted days."""
    days, left = np.asarray(days), np.asarray(left, dtype=bool)
    ordered, when = np.sort(days), np.unique(days[left])
    n = len(days) - np.searchsorted(ordered, when, side="left")
    lost = np.array([(days[left] == d).sum() for d in when])
    steps = np.concatenate([[1.0], np.cumprod((n - lost) / n) if len(when) else []])
    grid = np.arange(horizon + 1)
    curve = steps[np.searchsorted(when, grid, side="right")]
    curve[grid > (ordered[-1] if len(ordered) else 0)] = np.nan
    return curve


def _more_km(days, left, horizon):
    return survival_curve__right_counts(days, left, horizon)


def survival_curve__wrong_zero_stays(days, left, horizon):
    """After all have left the curve stays 0 instead of NaN; days [1], left [True], horizon 2."""
    curve = _more_km(days, left, horizon)
    gone = np.flatnonzero(curve == 0)
    if len(gone):
        curve[gone[0] :] = 0.0
    return curve


def survival_curve__wrong_last_value_stays(days, left, horizon):
    """If the last user had not left, her value is carried on instead of NaN; [1], [False], 2."""
    curve = _more_km(days, left, horizon)
    known = curve[~np.isnan(curve)]
    return np.where(np.isnan(curve), known[-1] if known[-1] > 0 else np.nan, curve)


def survival_curve__wrong_nobody_at_all(days, left, horizon):
    """Without users element 0 is NaN too."""
    return _more_km(days, left, horizon) if len(days) else np.full(horizon + 1, np.nan)


def survival_curve__wrong_clipped_days(days, left, horizon):
    """Days are clipped at the horizon, and who leaves later leaves there; [5], [True], 3."""
    return _more_km(np.minimum(days, max(horizon, 1)), left, horizon)


def survival_curve__wrong_longer_dropped(days, left, horizon):
    """Rows beyond the horizon are dropped, so they are missing among the observed; [1, 9], 2."""
    near = np.asarray(days) <= max(horizon, 1)
    return _more_km(np.asarray(days)[near], np.asarray(left)[near], horizon)


def survival_curve__wrong_sorted_only(days, left, horizon):
    """searchsorted on days as they come: wrong unless they are sorted; [3, 1, 2]."""
    days, left = np.asarray(days), np.asarray(left, dtype=bool)
    curve = np.ones(horizon + 1)
    for d in range(1, horizon + 1):
        n = len(days) - np.searchsorted(days, d)
        lost = (left & (days == d)).sum()
        curve[d] = curve[d - 1] * (1 - lost / n) if n > 0 else np.nan
    return curve


def survival_curve__wrong_days_without_rows(days, left, horizon):
    """Element d is the d-th *distinct* day: days on which nothing happens vanish; [2, 5]."""
    days, left = np.asarray(days), np.asarray(left, dtype=bool)
    _, code = np.unique(days, return_inverse=True)
    return _more_km(code + 1, left, horizon)


def survival_curve__wrong_nan_a_day_early(days, left, horizon):
    """NaN already on the last observed day if the last users had not left; [1, 2], [True, False]."""
    curve = _more_km(days, left, horizon)
    days = np.asarray(days)
    last = int(days.max(initial=0))
    if 0 < last <= horizon and not np.asarray(left)[days == last].all():
        curve[last:] = np.nan
    return curve


def survival_curve__wrong_user_by_user(days, left, horizon):
    """User by user: one who ended in an earlier row of the day is not counted; [1, 1], [False, True]."""
    days, left = np.asarray(days), np.asarray(left, dtype=bool)
    order = np.argsort(days, kind="stable")
    curve, share, n = np.ones(horizon + 1), 1.0, len(days)
    for row in order:
        if left[row]:
            share *= (n - 1) / n
        n -= 1
        curve[days[row] :] = share
    curve[int(days.max(initial=0)) + 1 :] = np.nan
    return curve


def survival_curve__wrong_too_short(days, left, horizon):
    """As long as the longest row, not as the horizon; [1, 2], horizon 5."""
    return _more_km(days, left, min(horizon, int(np.max(days, initial=0))))


TRUE = {
    "break_segmentation__wrong_opened_without_mail": ("opened_without_assignment",),
    "break_segmentation__wrong_nobody_opened": ("everybody_assigned",),
    "break_segmentation__wrong_three_customers": ("number_of_customers",),
    "assign_segments__wrong_loyal_first": ("loyal_before_champions",),
    "assign_segments__wrong_lost_before_at_risk": ("lost_before_at_risk",),
    "assign_segments__wrong_brackets": ("at_risk_before_precedence",),
    "assign_segments__wrong_at_risk_and": ("at_risk_wants_both",),
    "assign_segments__wrong_missing_is_zero": ("missing_counts_as_low",),
    "assign_segments__wrong_strict_low": ("low_border_left_out",),
    "assign_segments__wrong_top_is_five": ("high_border_left_out",),
    "assign_segments__wrong_index_lost": ("old_index_lost",),
    "assign_segments__wrong_rest_is_lost": ("rest_is_lost",),
    "assign_segments__wrong_missing_left_out": ("missing_fits_no_rule",),
    "assign_segments__wrong_not_high_is_low": ("missing_counts_as_low",),
    "assign_segments__wrong_loyal_any_recency": ("loyal_whatever_recency",),
    "winback_itt__wrong_nan_skipped": ("silent_left_out",),
    "winback_itt__wrong_opened_vs_rest": ("opened_against_the_rest",),
    "winback_itt__wrong_opened_vs_holdout": ("opened_against_the_hold_out",),
    "winback_itt__wrong_before_after": ("before_after_of_the_assigned",),
    "winback_itt__wrong_difference_in_differences": ("difference_in_differences",),
    "winback_itt__wrong_totals": ("totals_compared",),
    "winback_itt__wrong_relative": ("relative_to_the_hold_out",),
    "winback_itt__wrong_sign": ("hold_out_less_assigned",),
    "winback_itt__wrong_per_opener": ("divided_by_the_openers",),
    "winback_itt__wrong_empty_zero": ("zero_for_an_empty_group",),
    "winback_itt__wrong_nan_is_before": ("silent_as_before",),
    "winback_itt__wrong_median": ("medians_compared",),
    "migration_matrix__wrong_inner_join": ("gone_dropped",),
    "migration_matrix__wrong_stayed_denominator": ("those_who_stayed_below",),
    "migration_matrix__wrong_by_position": ("matched_by_position",),
    "migration_matrix__wrong_empty_nan": ("nan_for_empty_segments",),
    "migration_matrix__wrong_column_shares": ("shares_of_the_target",),
    "migration_matrix__wrong_share_of_all": ("shares_of_everybody",),
    "migration_matrix__wrong_counts": ("counts_not_shares",),
    "migration_matrix__wrong_no_reindex": ("in_order_of_the_alphabet",),
    "migration_matrix__wrong_transposed": ("rows_and_columns_swapped",),
    "migration_matrix__wrong_new_counted": ("new_counted_too",),
    "migration_matrix__wrong_gone_stays": ("gone_stay_where_they_were",),
    "migration_matrix__wrong_no_gone_column": ("no_column_for_gone",),
    "migration_matrix__wrong_gone_first": ("gone_comes_first",),
    "migration_matrix__wrong_rounded": ("shares_rounded",),
    "retention_curve__wrong_rows_counted": ("orders_counted",),
    "retention_curve__wrong_all_customers": ("all_in_the_denominator",),
    "retention_curve__wrong_late_joiners_in": ("censoring_ignored",),
    "retention_curve__wrong_per_element": ("other_customers_for_each_age",),
    "retention_curve__wrong_strict_follow_up": ("follow_up_one_too_long",),
    "retention_curve__wrong_or_later": ("active_then_or_later",),
    "retention_curve__wrong_unbroken": ("lost_for_good",),
    "retention_curve__wrong_horizon_short": ("horizon_one_short",),
    "retention_curve__wrong_zeros_for_nobody": ("number_for_nobody",),
    "retention_curve__wrong_first_row": ("first_row_for_first_period",),
    "retention_curve__wrong_last_period_of_table": ("periods_after_the_end_counted",),
    "retention_curve__wrong_calendar_periods": ("calendar_for_age",),
    "retention_curve__wrong_mean_of_cohorts": ("cohorts_averaged",),
    "retention_curve__wrong_relative_to_previous": ("chained_on_the_last_period",),
    "retention_curve__wrong_observed_by_last_order": ("leavers_left_out",),
    "kill_retention__wrong_nan_equality": ("rejects_any_curve",),
    "kill_retention__wrong_exception_for_nobody": ("rejects_any_curve",),
    "kill_retention__wrong_zero_for_nobody": ("rejects_any_curve",),
    "kmeans_segments__wrong_raw_numbers": ("labels_as_they_come",),
    "kmeans_segments__wrong_argsort_once": ("places_for_ranks",),
    "kmeans_segments__wrong_no_log": ("without_logarithm",),
    "kmeans_segments__wrong_not_standardised": ("not_standardised",),
    "kmeans_segments__wrong_raw_columns": ("raw_columns",),
    "kmeans_segments__wrong_scale_before_log": ("scaled_before_the_logarithm",),
    "kmeans_segments__wrong_highest_first": ("best_is_zero",),
    "kmeans_segments__wrong_ordered_by_centre": ("ordered_by_centre",),
    "kmeans_segments__wrong_ordered_by_total": ("ordered_by_total_spend",),
    "kmeans_segments__wrong_ordered_by_frequency": ("ordered_by_frequency",),
    "kmeans_segments__wrong_all_columns": ("every_column_used",),
    "kmeans_segments__wrong_one_start": ("one_start",),
    "bootstrap_stability__wrong_unadjusted": ("index_not_adjusted",),
    "bootstrap_stability__wrong_same_names": ("labels_compared_by_name",),
    "bootstrap_stability__wrong_base_not_indexed": ("rows_misaligned",),
    "bootstrap_stability__wrong_permutation": ("nothing_resampled",),
    "bootstrap_stability__wrong_half_samples": ("half_of_the_rows",),
    "bootstrap_stability__wrong_seed_ignored": ("unseeded",),
    "bootstrap_stability__wrong_seed_in_loop": ("one_resample",),
    "bootstrap_stability__wrong_clusters_all_again": ("nothing_resampled",),
    "bootstrap_stability__wrong_last_only": ("no_mean_of_resamples",),
    "bootstrap_stability__wrong_worst": ("worst_resample",),
    "bootstrap_stability__wrong_mutual_information": ("mutual_information",),
    "bootstrap_stability__wrong_sorted_rows": ("rows_misaligned",),
    "bootstrap_stability__wrong_two_draws": ("two_different_draws",),
    "bgnbd_neg_log_likelihood__wrong_as_printed": ("gamma_overflows",),
    "bgnbd_neg_log_likelihood__wrong_log_of_exp_sum": ("terms_underflow",),
    "bgnbd_neg_log_likelihood__wrong_mean": ("mean_over_customers",),
    "bgnbd_neg_log_likelihood__wrong_sign": ("sign_forgotten",),
    "bgnbd_neg_log_likelihood__wrong_no_delta": ("left_after_the_first",),
    "bgnbd_neg_log_likelihood__wrong_delta_above_one": ("one_repeat_cannot_leave",),
    "bgnbd_neg_log_likelihood__wrong_times_swapped": ("times_exchanged",),
    "bgnbd_neg_log_likelihood__wrong_second_without_beta": ("second_beta_missing",),
    "bgnbd_neg_log_likelihood__wrong_alpha_forgotten": ("alpha_power_missing",),
    "bgnbd_neg_log_likelihood__wrong_terms_added_in_logs": ("terms_multiplied",),
    "bgnbd_neg_log_likelihood__wrong_larger_term": ("larger_term_alone",),
    "bgnbd_neg_log_likelihood__wrong_log_params": ("logarithms_read_from_params",),
    "bgnbd_neg_log_likelihood__wrong_params_order": ("a_and_b_exchanged",),
    "bgnbd_neg_log_likelihood__wrong_per_customer": ("one_for_each_customer",),
    "bgnbd_neg_log_likelihood__wrong_beta_not_raised": ("beta_not_raised",),
    "ziln_loss__wrong_no_jacobian": ("no_jacobian",),
    "ziln_loss__wrong_sum": ("sum_for_mean",),
    "ziln_loss__wrong_buyers_mean": ("lognormal_mean_over_buyers",),
    "ziln_loss__wrong_naive_sigmoid": ("probability_then_log",),
    "ziln_loss__wrong_clipped_probability": ("probability_clipped",),
    "ziln_loss__wrong_sign_of_logit": ("sign_of_logit",),
    "ziln_loss__wrong_no_log_sigma": ("sigma_not_paid_for",),
    "ziln_loss__wrong_no_constant": ("constant_missing",),
    "ziln_loss__wrong_no_half": ("half_missing",),
    "ziln_loss__wrong_variance_for_sd": ("variance_for_deviation",),
    "ziln_loss__wrong_zero_times_inf": ("nothing_times_infinity",),
    "ziln_loss__wrong_log1p": ("log1p_of_spend",),
    "ziln_loss__wrong_jacobian_sign": ("jacobian_subtracted",),
    "normalised_gini__wrong_ties_by_row": ("ties_by_row",),
    "normalised_gini__wrong_ties_best_first": ("best_first_among_equals",),
    "normalised_gini__wrong_baseline_one": ("less_one",),
    "normalised_gini__wrong_not_normalised": ("not_normalised",),
    "normalised_gini__wrong_lowest_first": ("upside_down",),
    "normalised_gini__wrong_zero_for_flat": ("zero_when_all_alike",),
    "normalised_gini__wrong_spearman": ("rank_correlation",),
    "normalised_gini__wrong_auc": ("of_those_who_buy",),
    "normalised_gini__wrong_sorted_by_score_values": ("of_the_prediction",),
    "normalised_gini__wrong_absolute": ("sign_dropped",),
    "normalised_gini__wrong_one_point_per_group": ("one_point_for_equals",),
    "normalised_gini__wrong_rounded_scores": ("scores_rounded",),
    "payback_month__wrong_strictly_more": ("strictly_more",),
    "payback_month__wrong_from_zero": ("month_from_zero",),
    "payback_month__wrong_revenue": ("revenue_for_margin",),
    "payback_month__wrong_no_discount": ("not_discounted",),
    "payback_month__wrong_rate_per_month": ("rate_per_month",),
    "payback_month__wrong_first_month_undiscounted": ("first_month_not_discounted",),
    "payback_month__wrong_rate_over_twelve": ("rate_over_twelve",),
    "payback_month__wrong_whole_years": ("whole_years_discounted",),
    "payback_month__wrong_never_is_last": ("last_month_when_never",),
    "payback_month__wrong_free_is_month_one": ("month_one_for_nothing",),
    "payback_month__wrong_only_exact_zero_free": ("month_one_for_nothing",),
    "payback_month__wrong_single_month": ("one_month_alone",),
    "payback_month__wrong_total_discounted": ("sum_discounted_at_once",),
    "survival_curve__wrong_censored_dropped": ("censored_dropped",),
    "survival_curve__wrong_censored_left": ("censored_have_left",),
    "survival_curve__wrong_censored_stay": ("censored_stay_for_ever",),
    "survival_curve__wrong_censored_off_at_once": ("gone_before_the_day",),
    "survival_curve__wrong_at_risk_after": ("leavers_not_at_risk",),
    "survival_curve__wrong_flat_after_end": ("goes_on_after_the_end",),
    "survival_curve__wrong_zero_after_end": ("nobody_left_at_the_end",),
    "survival_curve__wrong_nan_after_last_exit": ("nan_after_the_last_exit",),
    "survival_curve__wrong_nan_on_last_day": ("nan_on_the_last_day",),
    "survival_curve__wrong_hazards": ("hazard_for_survival",),
    "survival_curve__wrong_nelson_aalen": ("hazards_summed",),
    "survival_curve__wrong_before_the_day": ("one_day_late",),
    "survival_curve__wrong_event_days_only": ("days_with_events_alone",),
    "survival_curve__wrong_all_in_denominator": ("everybody_at_risk",),
    "predict_spend__wrong_as_much_again": ("as_much_again",),
    "predict_spend__wrong_nothing": ("nobody_spends",),
    "predict_spend__wrong_same_for_all": ("nobody_spends",),
    "predict_spend__wrong_newest_first": ("rate_goes_on",),
    "assign_segments__wrong_brackets_again": ("at_risk_before_precedence",),
    "assign_segments__wrong_last_rule_wins": ("last_rule_wins",),
    "assign_segments__wrong_missing_is_zero_again": ("missing_counts_as_low",),
    "assign_segments__wrong_new_index": ("old_index_lost",),
    "assign_segments__wrong_drops_missing": ("missing_fits_no_rule",),
    "winback_itt__wrong_nan_skipped_again": ("silent_left_out",),
    "winback_itt__wrong_as_treated": ("opened_against_the_rest",),
    "winback_itt__wrong_per_protocol": ("opened_against_the_hold_out",),
    "winback_itt__wrong_before_and_after": ("before_after_of_the_assigned",),
    "winback_itt__wrong_diff_in_diff": ("difference_in_differences",),
    "migration_matrix__wrong_inner_join_again": ("gone_dropped",),
    "migration_matrix__wrong_by_position_again": ("matched_by_position",),
    "migration_matrix__wrong_nan_for_empty": ("nan_for_empty_segments",),
    "migration_matrix__wrong_columns_normalised": ("shares_of_the_target",),
    "migration_matrix__wrong_share_of_all_again": ("shares_of_everybody",),
    "migration_matrix__wrong_alphabetical": ("in_order_of_the_alphabet",),
    "migration_matrix__wrong_counts_again": ("counts_not_shares",),
    "retention_curve__wrong_orders_counted": ("orders_counted",),
    "retention_curve__wrong_strict_end": ("follow_up_one_too_long",),
    "retention_curve__wrong_denominator_of_each_age": ("other_customers_for_each_age",),
    "retention_curve__wrong_survival": ("active_then_or_later",),
    "retention_curve__wrong_zeros_for_nobody_again": ("number_for_nobody",),
    "retention_curve__wrong_last_period_of_table_again": ("periods_after_the_end_counted",),
    "kmeans_segments__wrong_not_standardised_again": ("not_standardised",),
    "kmeans_segments__wrong_numbers_of_the_run": ("labels_as_they_come",),
    "kmeans_segments__wrong_highest_first_again": ("best_is_zero",),
    "kmeans_segments__wrong_argsort_once_again": ("places_for_ranks",),
    "kmeans_segments__wrong_mean_of_logs": ("ordered_by_centre",),
    "kmeans_segments__wrong_all_columns_again": ("every_column_used",),
    "bootstrap_stability__wrong_labels_by_position": ("rows_misaligned",),
    "bootstrap_stability__wrong_share_of_equal_labels": ("labels_compared_by_name",),
    "bootstrap_stability__wrong_plain_rand": ("index_not_adjusted",),
    "bootstrap_stability__wrong_without_replacement": ("nothing_resampled",),
    "bootstrap_stability__wrong_same_resample": ("one_resample",),
    "bootstrap_stability__wrong_seed_ignored_again": ("unseeded",),
    "bgnbd_neg_log_likelihood__wrong_second_term_for_all": ("left_after_the_first",),
    "bgnbd_neg_log_likelihood__wrong_mean_again": ("mean_over_customers",),
    "bgnbd_neg_log_likelihood__wrong_sign_again": ("sign_forgotten",),
    "bgnbd_neg_log_likelihood__wrong_times_swapped_again": ("times_exchanged",),
    "bgnbd_neg_log_likelihood__wrong_constant_dropped": ("alpha_power_missing",),
    "bgnbd_neg_log_likelihood__wrong_as_printed_again": ("gamma_overflows",),
    "ziln_loss__wrong_density_of_log": ("no_jacobian",),
    "ziln_loss__wrong_mean_over_buyers": ("lognormal_mean_over_buyers",),
    "ziln_loss__wrong_no_log_sigma_again": ("sigma_not_paid_for",),
    "ziln_loss__wrong_no_constant_again": ("constant_missing",),
    "ziln_loss__wrong_log_odds_turned": ("sign_of_logit",),
    "ziln_loss__wrong_overflows": ("probability_then_log",),
    "ziln_loss__wrong_log1p_again": ("log1p_of_spend",),
    "normalised_gini__wrong_ties_by_row_again": ("ties_by_row",),
    "normalised_gini__wrong_not_normalised_again": ("not_normalised",),
    "normalised_gini__wrong_lowest_first_again": ("upside_down",),
    "normalised_gini__wrong_one_instead_of_n_plus_one": ("less_one",),
    "normalised_gini__wrong_spearman_again": ("rank_correlation",),
    "normalised_gini__wrong_zero_for_undefined": ("zero_when_all_alike",),
    "payback_month__wrong_strictly_more_again": ("strictly_more",),
    "payback_month__wrong_revenue_again": ("revenue_for_margin",),
    "payback_month__wrong_rate_per_month_again": ("rate_per_month",),
    "payback_month__wrong_first_month_not_discounted": ("first_month_not_discounted",),
    "payback_month__wrong_rate_over_twelve_again": ("rate_over_twelve",),
    "payback_month__wrong_free_customer": ("month_one_for_nothing",),
    "survival_curve__wrong_censored_dropped_again": ("censored_dropped",),
    "survival_curve__wrong_censored_as_left": ("censored_have_left",),
    "survival_curve__wrong_censored_stay_forever": ("censored_stay_for_ever",),
    "survival_curve__wrong_censored_gone_that_day": ("gone_before_the_day",),
    "survival_curve__wrong_risk_after_the_day": ("leavers_not_at_risk",),
    "survival_curve__wrong_flat_after_the_last": ("goes_on_after_the_end",),
    "survival_curve__wrong_hazard": ("hazard_for_survival",),
    "bootstrap_stability__wrong_reclusters_the_resample": ("resample_clustered_twice",),
    "assign_segments__wrong_missing_is_zero_once_more": ("missing_counts_as_low",),
    "assign_segments__wrong_any_missing_is_other": ("missing_fits_no_rule",),
    "assign_segments__wrong_cast_to_int": ("missing_counts_as_low",),
    "winback_itt__wrong_change_since_before": ("difference_in_differences",),
    "winback_itt__wrong_no_group_is_zero": ("zero_for_an_empty_group",),
    "winback_itt__wrong_empty_group_spends_zero": ("zero_for_an_empty_group",),
    "retention_curve__wrong_zeros_for_nobody_once_more": ("number_for_nobody",),
    "retention_curve__wrong_end_from_rows": ("periods_after_the_end_counted",),
    "retention_curve__wrong_observed_by_last_order_once_more": ("leavers_left_out",),
    "retention_curve__wrong_other_customers_each_age": ("other_customers_for_each_age",),
    "bgnbd_neg_log_likelihood__wrong_mean_once_more": ("mean_over_customers",),
    "bgnbd_neg_log_likelihood__wrong_largest_of_all": ("terms_underflow",),
    "normalised_gini__wrong_not_negative": ("sign_dropped",),
    "normalised_gini__wrong_ties_by_spend": ("best_first_among_equals",),
    "payback_month__wrong_first_month_today": ("first_month_not_discounted",),
    "payback_month__wrong_nominal_rate": ("rate_over_twelve",),
    "payback_month__wrong_negative_cost": ("month_one_for_nothing",),
    "payback_month__wrong_sum_discounted": ("sum_discounted_at_once",),
    "payback_month__wrong_whole_years_once_more": ("whole_years_discounted",),
}


# ---- written later, for slips of the second order ----


import math
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
from scipy import special, stats
from sklearn.cluster import KMeans
from sklearn.metrics import (
    adjusted_mutual_info_score,
    adjusted_rand_score,
    rand_score,
)
from sklearn.preprocessing import StandardScaler
import heapq
from fractions import Fraction


# ----------------------------------------------------------------------------- kill_retention

_ROWS_4 = [
    # customer, period
    (5, 3),
    (1, 0),
    (1, 2),
    (1, 2),
    (2, 1),
    (2, 1),
    (2, 2),
    (3, 2),
    (3, 4),
    (3, 5),
    (4, 4),
    (4, 5),
    (5, 4),
    (6, 7),
    (6, 8),
    (1, 9),
    (7, 0),
    (8, 2),
    (8, 6),
    (3, 2),
]


def _activity():
    return pd.DataFrame(_ROWS_4, columns=["customer_id", "period"])


def _curve_4(rows, horizon, end):
    seen = defaultdict(set)
    for c, p in rows:
        seen[c].add(p)
    who = [c for c in seen if min(seen[c]) + horizon <= end]
    if not who:
        return [math.nan] * (horizon + 1)
    return [sum(min(seen[c]) + h in seen[c] for c in who) / len(who) for h in range(horizon + 1)]


def kill_retention__right_several_horizons(fn):
    """A dozen rows, all horizons and several ends, against a slow reference."""
    for end in (0, 3, 5, 6, 8):
        for horizon in range(7):
            got = np.asarray(list(fn(_activity(), horizon, end)), dtype=float)
            want = np.array(_curve_4(_ROWS_4, horizon, end))
            if got.shape != want.shape or not np.allclose(got, want, equal_nan=True):
                return False
    return True


def kill_retention__right_by_hand(fn):
    """Worked out by hand; checks the input too."""
    a = _activity()
    copy = a.copy()
    # end 5, horizon 2: customers 1 (0), 2 (1), 3 (2), 5 (3), 7 (0), 8 (2); 4 joins too late, 6 after the end
    cases = [
        (2, 5, [1, 2 / 6, 2 / 6]),
        (0, 5, [1]),
        (3, 5, [1, 1 / 5, 2 / 5, 1 / 5]),
        (6, 5, [np.nan] * 7),
        (1, 8, [1, 4 / 8]),
    ]
    for horizon, end, want in cases:
        got = np.array([float(x) for x in fn(a, horizon, end)])
        if len(got) != len(want) or not np.allclose(got, want, equal_nan=True):
            return False
    return a.equals(copy)


def kill_retention__right_random_again(fn):
    """Random histories, shuffled, with gaps in the names of customers and a strange index."""
    rng = np.random.default_rng(1)
    for _ in range(40):
        n = int(rng.integers(1, 40))
        rows = list(zip((rng.integers(1, 9, n) * 11).tolist(), rng.integers(2, 12, n).tolist()))
        a = pd.DataFrame(rows, columns=["customer_id", "period"], index=rng.permutation(n) * 3)
        horizon, end = int(rng.integers(0, 6)), int(rng.integers(0, 11))
        try:
            np.testing.assert_allclose(
                np.asarray(fn(a, horizon, end), float), _curve_4(rows, horizon, end)
            )
        except AssertionError:
            return False
    return True


def kill_retention__wrong_only_the_example(fn):
    """Tests the docstring's example only: it has no customer who buys twice in a later period, nobody who
    joins after the end, one horizon, and no empty case."""
    a = pd.DataFrame({"customer_id": [1, 1, 1, 2], "period": [0, 0, 2, 1]})
    return bool(np.allclose(fn(a, 2, 2), [1, 0, 1]))


def kill_retention__wrong_nan_by_equality(fn):
    """Compares the empty case with ==: NaN is not equal to NaN, so right versions are rejected."""
    a = _activity()
    if not np.allclose(fn(a, 2, 5), [1, 2 / 6, 2 / 6]):
        return False
    return bool(np.all(np.asarray(fn(a, 6, 5)) == np.array([np.nan] * 7)))


def kill_retention__wrong_allclose_without_nan(fn):
    """np.allclose without equal_nan=True: the curve of NaN is never close to NaN, so right versions are
    rejected as soon as a case is empty."""
    return all(
        np.allclose(fn(_activity(), h, e), _curve_4(_ROWS_4, h, e))
        for h, e in [(0, 5), (2, 5), (3, 5), (6, 5)]
    )


def kill_retention__wrong_array_demanded(fn):
    """Calls .tolist(): a right version that returns a list has no such method and is rejected."""
    got = fn(_activity(), 2, 5).tolist()
    return len(got) == 3 and bool(np.allclose(got, [1, 2 / 6, 2 / 6]))


def kill_retention__wrong_last_by_minus_one(fn):
    """Reads the last element as curve[-1]: on a right Series with the index 0, 1, 2 that is a missing
    label, and the KeyError counts as a rejection."""
    curve = fn(_activity(), 2, 5)
    return (
        abs(curve[0] - 1) < 1e-9 and abs(curve[1] - 2 / 6) < 1e-9 and abs(curve[-1] - 2 / 6) < 1e-9
    )


def kill_retention__wrong_one_cohort(fn):
    """All customers join in period 0 and are seen to the end: mistakes about late joiners, about joining
    after the end and about each customer's own first period do not show."""
    a = pd.DataFrame({"customer_id": [1, 1, 2, 2, 2, 3, 4, 4], "period": [0, 1, 0, 2, 2, 0, 0, 3]})
    return all(
        np.allclose(list(fn(a, h, 3)), _curve_4(list(zip(a.customer_id, a.period)), h, 3))
        for h in range(4)
    )


def kill_retention__wrong_horizon_one(fn):
    """Looks one period ahead only: whether a customer who skips a period counts later, and most mistakes
    of the denominator, do not show."""
    a = pd.DataFrame({"customer_id": [1, 1, 2, 3, 3], "period": [0, 1, 0, 1, 2]})
    return bool(np.allclose(list(fn(a, 1, 2)), [1, 2 / 3]))


def kill_retention__wrong_properties_only_again(fn):
    """Tests only that there are horizon + 1 numbers from 0 to 1 and that the first is 1: nearly every
    wrong curve has these properties too."""
    for h in range(4):
        curve = np.asarray(list(fn(_activity(), h, 5)), float)
        if len(curve) != h + 1 or curve[0] != 1 or (curve < 0).any() or (curve > 1).any():
            return False
    return True


def kill_retention__wrong_must_fall(fn):
    """Demands that the curve never rises: a customer who skips a period and comes back makes it rise, so
    right versions are rejected."""
    for h, e in [(2, 5), (3, 5), (4, 6)]:
        curve = np.asarray(list(fn(_activity(), h, e)), float)
        if not np.allclose(curve, _curve_4(_ROWS_4, h, e)) or (np.diff(curve) > 1e-9).any():
            return False
    return True


def kill_retention__wrong_zip_stops_early(fn):
    """zip stops at the shorter of the two: a curve that is too short, even an empty one, passes; and every
    customer joins in time, once a period."""
    a = pd.DataFrame({"customer_id": [1, 1, 2, 2], "period": [0, 2, 1, 2]})
    return all(abs(g - w) < 1e-9 for g, w in zip(fn(a, 1, 3), [1, 0.5]))


def kill_retention__wrong_zero_for_nobody_again(fn):
    """Demands zeros when nobody was observed for the whole horizon; the contract says NaN."""
    a = _activity()
    return bool(np.allclose(list(fn(a, 2, 5)), [1, 2 / 6, 2 / 6])) and bool(
        np.allclose(list(fn(a, 6, 5)), 0)
    )


def kill_retention__wrong_expected_from_own_shares(fn):
    """Its expected curve has in each element only customers who were observed for that many periods; the
    contract puts the same customers behind every element. So right versions are rejected."""

    def expected(horizon, end):
        seen = defaultdict(set)
        for c, p in _ROWS_4:
            seen[c].add(p)
        out = []
        for h in range(horizon + 1):
            who = [c for c in seen if min(seen[c]) + h <= end]
            out.append(sum(min(seen[c]) + h in seen[c] for c in who) / len(who))
        return out

    return all(np.allclose(list(fn(_activity(), h, 5)), expected(h, 5)) for h in (0, 1, 2, 3))


# ---------------------------------------------------------------------------- kmeans_segments

_COLUMNS_4 = ["recency", "frequency", "monetary"]


def _scaled(df):
    x = np.log1p(df[_COLUMNS_4].to_numpy(dtype=float))
    x = x - x.mean(axis=0)
    s = x.std(axis=0)
    return x / np.where(s > 1e-12, s, 1.0)


def kmeans_segments__right_sklearn_again(df, k, seed=0):
    """Scikit-learn, twenty starts, ranks of the means."""
    x = StandardScaler().fit_transform(np.log1p(df[_COLUMNS_4].astype(float)))
    run = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(x)
    money = df["monetary"].to_numpy(dtype=float)
    means = np.array([money[run == c].mean() for c in range(k)])
    return pd.Series(np.argsort(np.argsort(means))[run], index=df.index, dtype=int)


def kmeans_segments__right_lloyd(df, k, seed=0):
    """Lloyd's algorithm in NumPy from sixty seeded starts; the best is kept."""
    x = _scaled(df)
    rng = np.random.default_rng(seed)
    best, best_cost = None, np.inf
    for _ in range(60):
        centre = x[rng.integers(len(x))][None, :]
        while len(centre) < k:
            d = ((x[:, None, :] - centre[None]) ** 2).sum(2).min(1)
            centre = np.vstack([centre, x[rng.choice(len(x), p=d / d.sum())]])
        label = None
        for _ in range(200):
            new = ((x[:, None, :] - centre[None]) ** 2).sum(2).argmin(1)
            if label is not None and (new == label).all():
                break
            label = new
            centre = np.array(
                [x[label == c].mean(0) if (label == c).any() else centre[c] for c in range(k)]
            )
        cost = ((x - centre[label]) ** 2).sum()
        if len(np.unique(label)) == k and cost < best_cost - 1e-12:
            best, best_cost = label, cost
    rank = pd.Series(df["monetary"].to_numpy(float)).groupby(best).mean().rank().sub(1).astype(int)
    return pd.Series(best).map(rank).set_axis(df.index)


def kmeans_segments__right_sorted_names(df, k, seed=0):
    """A dictionary from the number of the run to the number by money; ddof does not matter."""
    x = np.log1p(df[_COLUMNS_4])
    x = ((x - x.mean()) / x.std().replace(0.0, 1.0)).fillna(0.0)
    run = (
        KMeans(k, init="random", n_init=60, random_state=seed, max_iter=1000)
        .fit(x.to_numpy())
        .labels_
    )
    mean = {c: np.mean(df["monetary"].to_numpy()[run == c]) for c in set(run)}
    number = {c: i for i, c in enumerate(sorted(mean, key=mean.get))}
    return pd.Series([number[c] for c in run], index=df.index)


def kmeans_segments__wrong_one_start_again(df, k, seed=0):
    """n_init="auto" is one start of k-means++: in a poor local minimum the grouping is not the best one.
    Shows on data with several groups and some seeds."""
    x = StandardScaler().fit_transform(np.log1p(df[_COLUMNS_4].astype(float)))
    run = KMeans(n_clusters=k, n_init="auto", random_state=seed).fit_predict(x)
    means = df["monetary"].groupby(run).mean()
    return pd.Series(run, index=df.index).map(means.rank().astype(int) - 1)


def kmeans_segments__wrong_argsort_once_again_a_second_time(df, k, seed=0):
    """argsort of the means gives the clusters in order, not the number of each cluster: order[run] instead
    of its inverse. Right for k = 2 and for each permutation that is its own inverse; else wrong."""
    x = StandardScaler().fit_transform(np.log1p(df[_COLUMNS_4].astype(float)))
    run = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(x)
    means = df["monetary"].astype(float).groupby(run).mean().to_numpy()
    return pd.Series(np.argsort(means)[run], index=df.index)


def kmeans_segments__wrong_order_of_centres(df, k, seed=0):
    """Numbers by the centres, which are means of log1p: one very large customer moves the mean in USD but
    hardly the mean of the logarithms, so the order can differ."""
    x = StandardScaler().fit_transform(np.log1p(df[_COLUMNS_4].astype(float)))
    fit = KMeans(n_clusters=k, n_init=20, random_state=seed).fit(x)
    rank = np.argsort(np.argsort(fit.cluster_centers_[:, 2]))
    return pd.Series(rank[fit.labels_], index=df.index)


def kmeans_segments__wrong_median(df, k, seed=0):
    """Numbers by the median of monetary, not by the mean. Shows where spend within a segment is skewed."""
    x = StandardScaler().fit_transform(np.log1p(df[_COLUMNS_4].astype(float)))
    run = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(x)
    return pd.Series(run, index=df.index).map(
        df["monetary"].groupby(run).median().rank(method="first").astype(int) - 1
    )


def kmeans_segments__wrong_total(df, k, seed=0):
    """Numbers by the total spend of a segment: many small customers come above a few large ones."""
    x = StandardScaler().fit_transform(np.log1p(df[_COLUMNS_4].astype(float)))
    run = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(x)
    return pd.Series(run, index=df.index).map(
        df["monetary"].groupby(run).sum().rank(method="first").astype(int) - 1
    )


def kmeans_segments__wrong_distinct_customers(df, k, seed=0):
    """Clusters and standardises the different customers only: a profile that many customers share weighs
    as much as one of a single customer. Shows where rows repeat."""
    one = df[_COLUMNS_4].drop_duplicates().astype(float)
    scaler = StandardScaler().fit(np.log1p(one))
    fit = KMeans(n_clusters=k, n_init=20, random_state=seed).fit(scaler.transform(np.log1p(one)))
    run = fit.predict(scaler.transform(np.log1p(df[_COLUMNS_4].astype(float))))
    return pd.Series(run, index=df.index).map(
        df["monetary"].groupby(run).mean().rank(method="first").astype(int) - 1
    )


def kmeans_segments__wrong_log_of_clipped(df, k, seed=0):
    """log(max(x, 1)) instead of log1p: 0 and 1 become the same, and 1 and 2 lie too far apart."""
    x = StandardScaler().fit_transform(np.log(df[_COLUMNS_4].astype(float).clip(lower=1)))
    run = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(x)
    return pd.Series(run, index=df.index).map(
        df["monetary"].groupby(run).mean().rank().astype(int) - 1
    )


def kmeans_segments__wrong_every_column(df, k, seed=0):
    """Uses every column of the table: another column, such as the number of a customer, decides too."""
    x = StandardScaler().fit_transform(np.log1p(df.astype(float)))
    run = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(x)
    return pd.Series(run, index=df.index).map(
        df["monetary"].groupby(run).mean().rank().astype(int) - 1
    )


def kmeans_segments__wrong_constant_column(df, k, seed=0):
    """Divides by the standard deviation without a guard: a constant column becomes NaN, and k-means
    raises."""
    x = np.log1p(df[_COLUMNS_4].to_numpy(dtype=float))
    with np.errstate(all="ignore"):
        x = (x - x.mean(axis=0)) / x.std(axis=0)
    run = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(x)
    return pd.Series(run, index=df.index).map(
        df["monetary"].groupby(run).mean().rank().astype(int) - 1
    )


def kmeans_segments__wrong_logs_in_place(df, k, seed=0):
    """Writes the logarithms into the caller's table, and so numbers by the mean of the logarithms too: df
    is changed."""
    for c in _COLUMNS_4:
        df[c] = np.log1p(df[c])
    x = StandardScaler().fit_transform(df[_COLUMNS_4])
    run = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(x)
    return pd.Series(run, index=df.index).map(
        df["monetary"].groupby(run).mean().rank().astype(int) - 1
    )


def kmeans_segments__wrong_minmax(df, k, seed=0):
    """Scales to the range from 0 to 1, which is not standardising: a column with one far customer weighs
    less than the others."""
    x = np.log1p(df[_COLUMNS_4].to_numpy(dtype=float))
    span = np.ptp(x, axis=0)
    x = (x - x.min(axis=0)) / np.where(span > 0, span, 1)
    run = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(x)
    return pd.Series(run, index=df.index).map(
        df["monetary"].groupby(run).mean().rank().astype(int) - 1
    )


# ------------------------------------------------------------------------- bootstrap_stability


def _ari_4(a, b):
    a, b = np.asarray(a).ravel(), np.asarray(b).ravel()
    table = Counter(zip(a.tolist(), b.tolist()))
    pairs = lambda counts: sum(v * (v - 1) / 2 for v in counts)  # noqa: E731
    both = pairs(table.values())
    ra, rb = pairs(Counter(a.tolist()).values()), pairs(Counter(b.tolist()).values())
    total = len(a) * (len(a) - 1) / 2
    if ra == rb and (ra == both):
        return 1.0
    expected = ra * rb / total
    return (both - expected) / ((ra + rb) / 2 - expected)


def bootstrap_stability__right_sklearn_again(X, fit_predict, n, seed):
    """The generator of NumPy and the index of scikit-learn."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.integers(len(X), size=len(X))
        scores.append(adjusted_rand_score(labels[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


def bootstrap_stability__right_own_index_again(X, fit_predict, n, seed):
    """The index written out; the older generator, of one's own."""
    state = np.random.RandomState(seed)
    labels = np.asarray(fit_predict(X))
    total = 0.0
    for _ in range(n):
        rows = state.choice(len(X), len(X), replace=True)
        total += _ari_4(labels[rows], fit_predict(X[rows]))
    return total / n


def bootstrap_stability__right_all_draws_first(X, fit_predict, n, seed):
    """All resamples are drawn at once, from a seed sequence."""
    m = X.shape[0]
    draws = np.random.default_rng(np.random.SeedSequence(seed)).integers(0, m, size=(n, m))
    whole = pd.factorize(np.asarray(fit_predict(X.copy())))[0]
    again = [pd.factorize(np.asarray(fit_predict(X[d])))[0] for d in draws]
    return sum(adjusted_rand_score(whole[d], a) for d, a in zip(draws, again)) / n


def bootstrap_stability__wrong_labels_not_drawn(X, fit_predict, n, seed):
    """Compares the labels of the resample with those of all rows in their own order: row i of the resample
    is another customer than row i of X, so the value is about 0 even for perfect segments."""
    rng = np.random.default_rng(seed)
    labels = fit_predict(X)
    return float(
        np.mean(
            [
                adjusted_rand_score(labels, fit_predict(X[rng.integers(0, len(X), len(X))]))
                for _ in range(n)
            ]
        )
    )


def bootstrap_stability__wrong_generator_in_loop(X, fit_predict, n, seed):
    """Makes the generator inside the loop: all n resamples are the same one, and n changes nothing."""
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = np.random.default_rng(seed).integers(0, len(X), len(X))
        scores.append(adjusted_rand_score(labels[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


def bootstrap_stability__wrong_last_row_never_drawn(X, fit_predict, n, seed):
    """integers(0, len(X) - 1) leaves its upper bound out, so the last row is never drawn. Shows where
    fit_predict looks at which rows it is given."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.integers(0, max(len(X) - 1, 1), len(X))
        scores.append(adjusted_rand_score(labels[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


def bootstrap_stability__wrong_n_rows(X, fit_predict, n, seed):
    """Draws n rows, the number of resamples, instead of as many rows as X has."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.integers(0, len(X), size=n)
        scores.append(adjusted_rand_score(labels[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


def bootstrap_stability__wrong_without_replacement_again(X, fit_predict, n, seed):
    """A permutation is no bootstrap resample: every row is drawn once, so a deterministic clustering looks
    perfectly stable."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.choice(len(X), len(X), replace=False)
        scores.append(adjusted_rand_score(labels[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


def bootstrap_stability__wrong_repeats_dropped(X, fit_predict, n, seed):
    """Drops the rows that were drawn twice: the resample has about 63 % of the rows, not as many as X."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = np.unique(rng.integers(0, len(X), len(X)))
        scores.append(adjusted_rand_score(labels[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


def bootstrap_stability__wrong_rand_unadjusted(X, fit_predict, n, seed):
    """The Rand index without the adjustment for chance: segments that have nothing in common get about a
    half and more, not 0."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        scores.append(rand_score(labels[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


def bootstrap_stability__wrong_mutual_information_again(X, fit_predict, n, seed):
    """The adjusted mutual information: also 1 for the same and 0 for chance, but another number between."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        scores.append(adjusted_mutual_info_score(labels[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


def bootstrap_stability__wrong_agreement_of_names(X, fit_predict, n, seed):
    """The share of rows with the same label: the names of the labels mean nothing and may change from call
    to call."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        scores.append(np.mean(labels[rows] == np.asarray(fit_predict(X[rows]))))
    return float(np.mean(scores))


def bootstrap_stability__wrong_median(X, fit_predict, n, seed):
    """The median over the resamples, not the mean. Shows where a few resamples give other segments."""
    rng = np.random.default_rng(seed)
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        scores.append(adjusted_rand_score(labels[rows], fit_predict(X[rows])))
    return float(np.median(scores))


def bootstrap_stability__wrong_no_seed(X, fit_predict, n, seed):
    """default_rng() without the seed: the same seed gives another value in each call, unless the segments
    are perfectly stable."""
    rng = np.random.default_rng()
    labels = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        scores.append(adjusted_rand_score(labels[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


# ---------------------------------------------------------------------------- migration_matrix


def migration_matrix__right_counter_again(seg0, seg1, order):
    """A dictionary and a Counter of pairs."""
    after = dict(seg1.items())
    pairs = Counter((a, after.get(c, "gone")) for c, a in seg0.items())
    size = Counter(seg0)
    columns = [*order, "gone"]
    return pd.DataFrame(
        [[pairs[a, b] / size[a] if size[a] else 0.0 for b in columns] for a in order],
        index=list(order),
        columns=columns,
    )


def migration_matrix__right_crosstab_again_a_second_time(seg0, seg1, order):
    """reindex, crosstab, reindex, divide."""
    order = list(order)
    after = seg1.reindex(seg0.index).astype(object).fillna("gone")
    counts = pd.crosstab(seg0.to_numpy(), after.to_numpy()).reindex(
        index=order, columns=[*order, "gone"], fill_value=0
    )
    counts.index.name = counts.columns.name = None
    total = counts.sum(axis=1)
    return counts.div(total.where(total > 0, 1), axis=0).astype(float)


def migration_matrix__right_numpy_again(seg0, seg1, order):
    """Codes of the segments, and np.add.at."""
    order = list(order)
    code = {name: i for i, name in enumerate(order)}
    at = seg1.index.get_indexer(seg0.index)
    values = seg1.to_numpy()
    counts = np.zeros((len(order), len(order) + 1))
    row = np.array([code[s] for s in seg0], dtype=int)
    column = np.array([code[values[i]] if i >= 0 else len(order) for i in at], dtype=int)
    np.add.at(counts, (row, column), 1)
    total = counts.sum(axis=1, keepdims=True)
    return pd.DataFrame(
        np.divide(counts, total, out=np.zeros_like(counts), where=total > 0),
        index=order,
        columns=[*order, "gone"],
    )


def migration_matrix__wrong_gone_is_the_rest(seg0, seg1, order):
    """Gone is 1 less the other shares: for a segment that was empty this gives 1, though its row must be
    all 0."""
    order = list(order)
    both = pd.concat([seg0.rename("a"), seg1.rename("b")], axis=1, join="inner")
    size = seg0.value_counts().reindex(order, fill_value=0)
    out = (
        pd.crosstab(both["a"], both["b"])
        .reindex(index=order, columns=order, fill_value=0)
        .div(size.clip(lower=1), axis=0)
    )
    out["gone"] = 1 - out.sum(axis=1)
    return out


def migration_matrix__wrong_no_column_without_gone(seg0, seg1, order):
    """The columns are those that occur: when nobody is gone, the column ``gone`` is missing."""
    order = list(order)
    after = seg1.reindex(seg0.index).fillna("gone")
    out = pd.crosstab(seg0, after, normalize="index")
    columns = [*order, "gone"] if "gone" in out.columns else order
    return out.reindex(index=order, columns=columns, fill_value=0.0)


def migration_matrix__wrong_nan_in_empty_rows(seg0, seg1, order):
    """Divides by the size of the row after the empty rows were added: 0 / 0 is NaN, not 0."""
    order = list(order)
    after = seg1.reindex(seg0.index).fillna("gone")
    counts = pd.crosstab(seg0, after).reindex(index=order, columns=[*order, "gone"], fill_value=0)
    return counts.div(counts.sum(axis=1), axis=0)


def migration_matrix__wrong_by_position_again_a_second_time(seg0, seg1, order):
    """Pairs the two series by position when their lengths agree: right only if the customers are the same
    and in the same order."""
    order = list(order)
    if len(seg0) == len(seg1):
        after = pd.Series(seg1.to_numpy(), index=seg0.index)
    else:
        after = seg1.reindex(seg0.index).fillna("gone")
    out = pd.crosstab(seg0, after, normalize="index")
    return out.reindex(index=order, columns=[*order, "gone"], fill_value=0.0)


def migration_matrix__wrong_inner_join_again_a_second_time(seg0, seg1, order):
    """Divides by those who were seen in both periods: the gone are neither in the shares nor in the
    denominator, and the column ``gone`` is 0."""
    order = list(order)
    both = pd.concat([seg0.rename("a"), seg1.rename("b")], axis=1, join="inner")
    out = pd.crosstab(both["a"], both["b"], normalize="index")
    return out.reindex(index=order, columns=[*order, "gone"], fill_value=0.0)


def migration_matrix__wrong_shares_without_gone(seg0, seg1, order):
    """The shares of the segments are of those who stayed, the share of the gone is of all: a row with
    somebody gone sums to more than 1."""
    order = list(order)
    both = pd.concat([seg0.rename("a"), seg1.rename("b")], axis=1, join="inner")
    out = pd.crosstab(both["a"], both["b"], normalize="index").reindex(
        index=order, columns=order, fill_value=0.0
    )
    gone = (~seg0.index.isin(seg1.index)).astype(float)
    out["gone"] = (
        pd.Series(gone, index=seg0.index).groupby(seg0).mean().reindex(order, fill_value=0.0)
    )
    return out


def migration_matrix__wrong_columns_of_second(seg0, seg1, order):
    """Normalises each column: the share of those who arrive in a segment, not of those who leave one."""
    order = list(order)
    after = seg1.reindex(seg0.index).fillna("gone")
    out = pd.crosstab(seg0, after, normalize="columns")
    return out.reindex(index=order, columns=[*order, "gone"], fill_value=0.0)


def migration_matrix__wrong_alphabetical_again(seg0, seg1, order):
    """Sorts the columns, so that ``gone`` and the segments stand in alphabetical order, not in the given
    one."""
    order = list(order)
    after = seg1.reindex(seg0.index).fillna("gone")
    out = pd.crosstab(seg0, after, normalize="index").reindex(
        index=order, columns=[*order, "gone"], fill_value=0.0
    )
    return out.sort_index(axis=1)


def migration_matrix__wrong_writes_into_second(seg0, seg1, order):
    """Adds the gone to the caller's seg1: the series is longer afterwards."""
    order = list(order)
    for customer in seg0.index.difference(seg1.index):
        seg1.loc[customer] = "gone"
    out = pd.crosstab(seg0, seg1.loc[seg0.index], normalize="index")
    return out.reindex(index=order, columns=[*order, "gone"], fill_value=0.0)


def migration_matrix__wrong_new_count_as_rows(seg0, seg1, order):
    """An outer join in which a new customer gets her present segment for the first period too: she counts
    as one who stayed."""
    order = list(order)
    both = pd.concat([seg0.rename("a"), seg1.rename("b")], axis=1)
    both["a"] = both["a"].fillna(both["b"])
    both["b"] = both["b"].fillna("gone")
    out = pd.crosstab(both["a"], both["b"], normalize="index")
    return out.reindex(index=order, columns=[*order, "gone"], fill_value=0.0)


def migration_matrix__wrong_rounded_again(seg0, seg1, order):
    """Rounds the shares to two decimals: three thirds sum to 0.99, and a row no longer sums to 1."""
    return migration_matrix__right_counter_again(seg0, seg1, order).round(2)


# ----------------------------------------------------------------------------------- ziln_loss


def ziln_loss__right_logaddexp(y, logit, mu, sigma):
    """logaddexp for both kinds, and the lognormal part where y is above 0."""
    y, logit, mu = (np.asarray(a, dtype=float) for a in (y, logit, mu))
    sigma = np.broadcast_to(np.asarray(sigma, dtype=float), y.shape)
    buys = y > 0
    loss = np.logaddexp(0.0, np.where(buys, -logit, logit))
    ly, s = np.log(y[buys]), sigma[buys]
    loss[buys] += ly + np.log(s) + 0.5 * np.log(2 * np.pi) + ((ly - mu[buys]) / s) ** 2 / 2
    return float(loss.mean())


def ziln_loss__right_log_expit_and_norm(y, logit, mu, sigma):
    """SciPy: log_expit, and the normal density of the logarithm."""
    y = np.asarray(y, dtype=float)
    ly = np.log(np.where(y > 0, y, 1.0))
    spends = special.log_expit(logit) + stats.norm.logpdf(ly, loc=mu, scale=sigma) - ly
    return -float(np.where(y > 0, spends, special.log_expit(-np.asarray(logit, float))).mean())


def ziln_loss__right_loop_again_a_second_time(y, logit, mu, sigma):
    """One customer at a time with math."""

    def softplus(z):
        return max(z, 0.0) + math.log1p(math.exp(-abs(z)))

    total = []
    for yi, z, m, s in zip(*(a.tolist() for a in np.broadcast_arrays(y, logit, mu, sigma))):
        if yi > 0:
            t = (math.log(yi) - m) / s
            total.append(
                softplus(-z) + math.log(yi) + math.log(s) + math.log(2 * math.pi) / 2 + t * t / 2
            )
        else:
            total.append(softplus(z))
    return math.fsum(total) / len(total)


def ziln_loss__wrong_clipped_probability_again(y, logit, mu, sigma):
    """Clips the probability before the logarithm: finite, but a log-odds of -900 then costs 34.5, not 900.
    Shows for log-odds beyond about 35."""
    y, mu = np.asarray(y, float), np.asarray(mu, float)
    p = np.clip(special.expit(logit), 1e-15, 1 - 1e-15)
    sigma = np.broadcast_to(sigma, y.shape)
    ly = np.log(np.where(y > 0, y, 1.0))
    part = ly + np.log(sigma) + 0.5 * np.log(2 * np.pi) + ((ly - mu) / sigma) ** 2 / 2
    return float(np.mean(np.where(y > 0, -np.log(p) + part, -np.log(1 - p))))


def ziln_loss__wrong_log1p_exp(y, logit, mu, sigma):
    """log1p(exp(z)) overflows to infinity for log-odds of 900."""
    y, logit, mu = np.asarray(y, float), np.asarray(logit, float), np.asarray(mu, float)
    with np.errstate(over="ignore"):
        loss = np.where(y > 0, np.log1p(np.exp(-logit)), np.log1p(np.exp(logit)))
    ly = np.log(np.where(y > 0, y, 1.0))
    part = ly + np.log(sigma) + 0.5 * np.log(2 * np.pi) + ((ly - mu) / sigma) ** 2 / 2
    return float(np.mean(loss + np.where(y > 0, part, 0.0)))


def ziln_loss__wrong_integer_logarithms(y, logit, mu, sigma):
    """zeros_like(y) is an array of integers when y holds whole dollars, and cuts the logarithms off to
    integers. Right for y of floats."""
    y, logit, mu = np.asarray(y), np.asarray(logit, float), np.asarray(mu, float)
    buys = y > 0
    ly = np.zeros_like(y)
    ly[buys] = np.log(y[buys])
    part = ly + np.log(sigma) + 0.5 * np.log(2 * np.pi) + ((ly - mu) / sigma) ** 2 / 2
    return float(
        np.mean(np.logaddexp(0, np.where(buys, -logit, logit)) + np.where(buys, part, 0.0))
    )


def ziln_loss__wrong_small_spend_is_one(y, logit, mu, sigma):
    """log(max(y, 1)) avoids log 0, but a spend of less than one dollar is taken for one dollar. Shows for
    y between 0 and 1."""
    y, logit, mu = np.asarray(y, float), np.asarray(logit, float), np.asarray(mu, float)
    ly = np.log(np.maximum(y, 1.0))
    part = ly + np.log(sigma) + 0.5 * np.log(2 * np.pi) + ((ly - mu) / sigma) ** 2 / 2
    return float(
        np.mean(np.logaddexp(0, np.where(y > 0, -logit, logit)) + np.where(y > 0, part, 0.0))
    )


def ziln_loss__wrong_variance_not_squared(y, logit, mu, sigma):
    """log(2 pi sigma) / 2 instead of log(2 pi sigma squared) / 2. Right for sigma = 1 only."""
    y, logit, mu = np.asarray(y, float), np.asarray(logit, float), np.asarray(mu, float)
    ly = np.log(np.where(y > 0, y, 1.0))
    part = (
        ly
        + 0.5 * np.log(2 * np.pi * np.asarray(sigma))
        + (ly - mu) ** 2 / (2 * np.asarray(sigma) ** 2)
    )
    return float(
        np.mean(np.logaddexp(0, np.where(y > 0, -logit, logit)) + np.where(y > 0, part, 0.0))
    )


def ziln_loss__wrong_sigma_not_selected(y, logit, mu, sigma):
    """Selects the spenders from y and mu but not from sigma: right for one number; with one sigma for each
    customer the lengths do not fit unless everybody spends (or one does, who is then counted with
    everybody's sigma)."""
    y, logit, mu = np.asarray(y, float), np.asarray(logit, float), np.asarray(mu, float)
    buys = y > 0
    ly = np.log(y[buys])
    part = ly + np.log(sigma) + 0.5 * np.log(2 * np.pi) + ((ly - mu[buys]) / sigma) ** 2 / 2
    return float((np.logaddexp(0, np.where(buys, -logit, logit)).sum() + part.sum()) / len(y))


def ziln_loss__wrong_mean_sigma(y, logit, mu, sigma):
    """Takes the mean of sigma as the one sigma of all customers. Shows where each has her own."""
    return ziln_loss__right_loop_again_a_second_time(y, logit, mu, float(np.mean(sigma)))


def ziln_loss__wrong_two_means(y, logit, mu, sigma):
    """Adds the mean of the lognormal part over the spenders to the mean of the first part over all: the
    mean must be over all customers in both."""
    y, logit, mu = np.asarray(y, float), np.asarray(logit, float), np.asarray(mu, float)
    sigma = np.broadcast_to(sigma, y.shape)
    buys = y > 0
    first = np.logaddexp(0, np.where(buys, -logit, logit)).mean()
    if not buys.any():
        return float(first)
    ly, s = np.log(y[buys]), sigma[buys]
    return float(
        first + (ly + np.log(s) + 0.5 * np.log(2 * np.pi) + ((ly - mu[buys]) / s) ** 2 / 2).mean()
    )


def ziln_loss__wrong_density_of_the_logarithm(y, logit, mu, sigma):
    """Leaves out log y: this is the density of the logarithm of spend, not of spend."""
    y, logit, mu = np.asarray(y, float), np.asarray(logit, float), np.asarray(mu, float)
    ly = np.log(np.where(y > 0, y, 1.0))
    part = -stats.norm.logpdf(ly, mu, sigma)
    return float(
        np.mean(np.logaddexp(0, np.where(y > 0, -logit, logit)) + np.where(y > 0, part, 0.0))
    )


def ziln_loss__wrong_sign_of_odds(y, logit, mu, sigma):
    """The sign of the log-odds is turned round: a customer who spends costs -log(1 - p). Right for log-odds
    of 0, as in the example."""
    y, logit, mu = np.asarray(y, float), np.asarray(logit, float), np.asarray(mu, float)
    ly = np.log(np.where(y > 0, y, 1.0))
    part = ly - stats.norm.logpdf(ly, mu, sigma)
    return float(
        np.mean(np.logaddexp(0, np.where(y > 0, logit, -logit)) + np.where(y > 0, part, 0.0))
    )


def ziln_loss__wrong_zero_times_infinity(y, logit, mu, sigma):
    """Multiplies the lognormal part by (y > 0): for y = 0 the part is infinite, and 0 times infinity is
    NaN."""
    y, logit, mu = np.asarray(y, float), np.asarray(logit, float), np.asarray(mu, float)
    with np.errstate(all="ignore"):
        ly = np.log(y)
        part = ly + np.log(sigma) + 0.5 * np.log(2 * np.pi) + ((ly - mu) / sigma) ** 2 / 2
        return float(np.mean(np.logaddexp(0, np.where(y > 0, -logit, logit)) + (y > 0) * part))


TRUE |= {
    "kill_retention__wrong_nan_by_equality": ("rejects_any_curve",),
    "kill_retention__wrong_allclose_without_nan": ("rejects_any_curve",),
    "kill_retention__wrong_one_cohort": ("everybody_followed",),
    "kill_retention__wrong_must_fall": ("rejects_any_curve",),
    "kill_retention__wrong_zero_for_nobody_again": ("rejects_any_curve",),
    "kmeans_segments__wrong_one_start_again": ("one_start",),
    "kmeans_segments__wrong_argsort_once_again": ("places_for_ranks",),
    "kmeans_segments__wrong_argsort_once_again_a_second_time": ("places_for_ranks",),
    "kmeans_segments__wrong_order_of_centres": ("ordered_by_centre",),
    "kmeans_segments__wrong_median": ("ordered_by_centre",),
    "kmeans_segments__wrong_total": ("ordered_by_total_spend",),
    "kmeans_segments__wrong_every_column": ("every_column_used",),
    "bootstrap_stability__wrong_labels_not_drawn": ("rows_misaligned",),
    "bootstrap_stability__wrong_generator_in_loop": ("one_resample",),
    "bootstrap_stability__wrong_without_replacement_again": ("nothing_resampled",),
    "bootstrap_stability__wrong_repeats_dropped": ("distinct_rows",),
    "bootstrap_stability__wrong_rand_unadjusted": ("index_not_adjusted",),
    "bootstrap_stability__wrong_mutual_information_again": ("mutual_information",),
    "bootstrap_stability__wrong_agreement_of_names": ("labels_compared_by_name",),
    "bootstrap_stability__wrong_median": ("no_mean_of_resamples",),
    "bootstrap_stability__wrong_no_seed": ("unseeded",),
    "migration_matrix__wrong_nan_in_empty_rows": ("nan_for_empty_segments",),
    "migration_matrix__wrong_inner_join_again": ("gone_dropped",),
    "migration_matrix__wrong_inner_join_again_a_second_time": ("gone_dropped",),
    "migration_matrix__wrong_columns_of_second": ("shares_of_the_target",),
    "migration_matrix__wrong_alphabetical_again": ("gone_comes_first",),
    "migration_matrix__wrong_new_count_as_rows": ("new_counted_too",),
    "migration_matrix__wrong_rounded_again": ("shares_rounded",),
    "ziln_loss__wrong_clipped_probability_again": ("probability_clipped",),
    "ziln_loss__wrong_log1p_exp": ("probability_then_log",),
    "ziln_loss__wrong_two_means": ("lognormal_mean_over_buyers",),
    "ziln_loss__wrong_density_of_the_logarithm": ("no_jacobian",),
    "ziln_loss__wrong_sign_of_odds": ("sign_of_logit",),
    "ziln_loss__wrong_zero_times_infinity": ("nothing_times_infinity",),
}


def assign_segments__right_select_once_again(profile):
    """np.select on plain floats."""
    R, F, M = (profile[c].astype("Float64").to_numpy(dtype=float, na_value=np.nan) for c in "RFM")
    high = (F >= 4) | (M >= 4)
    rules = [(R >= 4) & (F >= 4) & (M >= 4), (F >= 4) & (R >= 3), (R <= 2) & high, R >= 4, R <= 2]
    names = ["champions", "loyal", "at risk", "recent", "lost"]
    return pd.Series(np.select(rules, names, "other"), index=profile.index, dtype=object)


def assign_segments__right_loop_once_again(profile):
    """Row by row with plain ifs."""
    out = []
    for row in zip(*(list(profile[c]) for c in "RFM")):
        r, f, m = (float("nan") if pd.isna(v) else float(v) for v in row)
        if min(r, f, m) >= 4 and r >= 4 and f >= 4 and m >= 4:
            out.append("champions")
        elif f >= 4 and r >= 3:
            out.append("loyal")
        elif r <= 2 and (f >= 4 or m >= 4):
            out.append("at risk")
        else:
            out.append("recent" if r >= 4 else "lost" if r <= 2 else "other")
    return pd.Series(out, index=profile.index, dtype="object")


def assign_segments__right_overwrite(profile):
    """From the last rule to the first, each overwriting the one before."""
    s = {
        c: pd.to_numeric(profile[c], errors="coerce")
        .astype("Float64")
        .to_numpy(float, na_value=np.nan)
        for c in "RFM"
    }
    out = np.array(["other"] * len(profile), dtype=object)
    out[s["R"] <= 2] = "lost"
    out[s["R"] >= 4] = "recent"
    out[(s["R"] <= 2) & (np.fmax(s["F"], s["M"]) >= 4)] = "at risk"
    out[(s["F"] >= 4) & (s["R"] >= 3)] = "loyal"
    out[(s["F"] >= 4) & (s["R"] >= 4) & (s["M"] >= 4)] = "champions"
    return pd.Series(out, index=profile.index)


def _rules(R, F, M, index, champions=None, risk=None):
    champions = (R >= 4) & (F >= 4) & (M >= 4) if champions is None else champions
    risk = (R <= 2) & ((F >= 4) | (M >= 4)) if risk is None else risk
    rules = [champions, (F >= 4) & (R >= 3), risk, R >= 4, R <= 2]
    return pd.Series(
        np.select(rules, ["champions", "loyal", "at risk", "recent", "lost"], "other"), index=index
    )


def _rfm(profile):
    return [profile[c].astype("Float64").to_numpy(dtype=float, na_value=np.nan) for c in "RFM"]


def assign_segments__wrong_row_min(profile):
    """Champions by profile[RFM].min(axis=1) >= 4, which skips NaN: R = 5, F = NaN, M = 5 is a champion."""
    R, F, M = _rfm(profile)
    low = pd.DataFrame({"R": R, "F": F, "M": M}).min(axis=1).to_numpy()
    return _rules(R, F, M, profile.index, champions=low >= 4)


def assign_segments__wrong_not_high(profile):
    """ "R is 2 or less" written as ~(R > 2): a missing R is lost."""
    R, F, M = _rfm(profile)
    low = ~(R > 2)
    rules = [
        (R >= 4) & (F >= 4) & (M >= 4),
        (F >= 4) & (R >= 3),
        low & ((F >= 4) | (M >= 4)),
        R >= 4,
        low,
    ]
    return pd.Series(
        np.select(rules, ["champions", "loyal", "at risk", "recent", "lost"], "other"),
        index=profile.index,
    )


def assign_segments__wrong_sum_of_two(profile):
    """ "F or M" as max(F, M) by np.maximum, which hands on NaN: R = 1, F = NaN, M = 5 is lost."""
    R, F, M = _rfm(profile)
    return _rules(R, F, M, profile.index, risk=(R <= 2) & (np.maximum(F, M) >= 4))


def assign_segments__wrong_filled_zero(profile):
    """Missing scores are filled with 0: a missing R is "2 or less", so at risk or lost."""
    return _rules(*(np.nan_to_num(v) for v in _rfm(profile)), profile.index)


def assign_segments__wrong_nullable(profile):
    """np.select straight on the columns: nullable Int64 with <NA> raises or misleads."""
    R, F, M = profile["R"], profile["F"], profile["M"]
    rules = [
        (R >= 4) & (F >= 4) & (M >= 4),
        (F >= 4) & (R >= 3),
        (R <= 2) & ((F >= 4) | (M >= 4)),
        R >= 4,
        R <= 2,
    ]
    rules = [np.array([bool(v) for v in rule]) for rule in rules]
    return pd.Series(
        np.select(rules, ["champions", "loyal", "at risk", "recent", "lost"], "other"),
        index=profile.index,
    )


def assign_segments__wrong_by_label(profile):
    """Writes with .loc by label: with a repeated label both rows get the last segment."""
    out = pd.Series("other", index=profile.index, dtype=object)
    for label, name in zip(profile.index, assign_segments__right_loop_once_again(profile)):
        out.loc[label] = name
    return out


def assign_segments__wrong_unscored_recent(profile):
    """Rows with any missing score are left out of all rules: R = 5 and M = NaN is other instead of recent."""
    R, F, M = _rfm(profile)
    gone = np.isnan(R) | np.isnan(F) | np.isnan(M)
    out = _rules(R, F, M, profile.index)
    return pd.Series(np.where(gone, "other", out.to_numpy()), index=profile.index)


def assign_segments__wrong_adds_column_once_more(profile):
    """Works in profile["segment"]: profile is changed."""
    profile["segment"] = assign_segments__right_loop_once_again(profile).to_numpy()
    return profile["segment"].rename(None)


def winback_itt__right_means_once_more(df):
    """fillna on a copy, two means."""
    after, a = df["after"].fillna(0.0).to_numpy(float), df["assigned"].to_numpy(bool)
    return float(after[a].mean() - after[~a].mean()) if a.any() and not a.all() else math.nan


def winback_itt__right_sums_once_more(df):
    """Plain sums with fsum."""
    groups = {True: [], False: []}
    for a, v in zip(df["assigned"], df["after"]):
        groups[bool(a)].append(0.0 if pd.isna(v) else float(v))
    if not groups[True] or not groups[False]:
        return float("nan")
    return math.fsum(groups[True]) / len(groups[True]) - math.fsum(groups[False]) / len(
        groups[False]
    )


def winback_itt__right_covariance(df):
    """The slope of a regression on the assignment: covariance over variance."""
    y, t = np.nan_to_num(np.asarray(df["after"], float)), np.asarray(df["assigned"], float)
    c = t - t.mean() if len(t) else t
    return float(c @ y / (c @ c)) if len(set(t.tolist())) == 2 else math.nan


def winback_itt__wrong_groupby_diff(df):
    """groupby("assigned").mean().diff().iloc[-1]: with one group only it gives NaN, but the mean skips NaN in after."""
    y = df["after"].where(df["after"].notna() | ~df["assigned"].astype(bool), 0.0)
    return float(y.groupby(df["assigned"].to_numpy()).mean().reindex([False, True]).diff().iloc[-1])


def winback_itt__wrong_fills_in_place_once_more(df):
    """Fills df["after"] in the caller's frame."""
    df["after"] = df["after"].fillna(0.0)
    return winback_itt__right_means_once_more(df)


def winback_itt__wrong_empty_group_zero(df):
    """An empty group has a mean of 0: all assigned gives their mean, not NaN."""
    y, a = np.nan_to_num(df["after"].to_numpy(float)), df["assigned"].to_numpy(bool)
    return float((y[a].mean() if a.any() else 0.0) - (y[~a].mean() if (~a).any() else 0.0))


def winback_itt__wrong_change(df):
    """Change against before (difference in differences): right where before is the same for all."""
    return winback_itt__right_means_once_more(
        df.assign(after=df["after"].fillna(0.0) - df["before"])
    )


def winback_itt__wrong_not_reached(df):
    """The assigned who neither opened nor spent (after = 0, not NaN) are dropped as not reached."""
    keep = ~((df["after"] == 0) & df["assigned"].astype(bool) & ~df["opened"].astype(bool))
    return winback_itt__right_means_once_more(df[keep.to_numpy()])


def winback_itt__wrong_unopened_as_control(df):
    """The assigned who did not open are moved to the others when there are other groups of more than one."""
    a = df["assigned"].astype(bool)
    if (~a).sum() > 1:
        a = a & df["opened"].astype(bool)
    return winback_itt__right_means_once_more(df.assign(assigned=a))


def winback_itt__wrong_label_mask(df):
    """Uses df.loc[label] per assigned index label: repeated labels bring in rows of both groups."""
    y = df["after"].fillna(0.0)
    a = df["assigned"].astype(bool)
    one, two = df.index[a], df.index[~a]
    if len(one) == 0 or len(two) == 0:
        return math.nan
    return float(y.loc[one.unique()].mean() - y.loc[two.unique()].mean())


def migration_matrix__right_counts(seg0, seg1, order):
    """A Counter of pairs."""
    then = dict(zip(seg1.index, seg1))
    order = list(order)
    pairs = Counter((s, then.get(c, None) if c in then else None) for c, s in zip(seg0.index, seg0))
    total = Counter(seg0)
    rows = [[pairs[a, b] / total[a] if total[a] else 0.0 for b in [*order, None]] for a in order]
    return pd.DataFrame(rows, index=order, columns=[*order, "gone"], dtype=float)


def migration_matrix__right_crosstab_once_more(seg0, seg1, order):
    """reindex, crosstab, divide."""
    order = list(order)
    later = seg1.reindex(seg0.index).astype(object)
    later = later.where(later.notna(), "gone")
    counts = pd.crosstab(seg0.to_numpy(), later.to_numpy()) if len(seg0) else pd.DataFrame()
    counts = counts.reindex(index=order, columns=[*order, "gone"]).fillna(0.0).astype(float)
    total = counts.sum(axis=1)
    return counts.div(total.where(total > 0, 1.0), axis=0)


def migration_matrix__right_matrix(seg0, seg1, order):
    """One-hot matrices and a product."""
    names = [*order, "gone"]
    later = [seg1.loc[c] if c in seg1.index else "gone" for c in seg0.index]
    A = np.array([[s == n for n in names[:-1]] for s in seg0], dtype=float).reshape(
        -1, len(names) - 1
    )
    B = np.array([[s == n for n in names] for s in later], dtype=float).reshape(-1, len(names))
    return pd.DataFrame(
        A.T @ B / np.maximum(A.sum(axis=0), 1)[:, None], index=names[:-1], columns=names
    )


def migration_matrix__wrong_nan_row(seg0, seg1, order):
    """An empty segment gives NaN (0 / 0) instead of 0."""
    out = migration_matrix__right_counts(seg0, seg1, order)
    empty = [s not in set(seg0) for s in order]
    out.loc[empty] = np.nan
    return out


def migration_matrix__wrong_positional(seg0, seg1, order):
    """Where both have the same length and customers, pairs are taken by position: seg1 in another order."""
    if len(seg0) == len(seg1) and set(seg0.index) == set(seg1.index):
        seg1 = seg1.set_axis(seg0.index)
    return migration_matrix__right_counts(seg0, seg1, order)


def migration_matrix__wrong_all_gone(seg0, seg1, order):
    """A segment all of whose customers are gone has a row of 0, as if it had been empty."""
    out = migration_matrix__right_counts(seg0, seg1, order)
    out.loc[out["gone"] == 1, "gone"] = 0.0
    return out


def migration_matrix__wrong_used_columns(seg0, seg1, order):
    """Columns only for segments that somebody is in at the end: an unused one is missing."""
    out = migration_matrix__right_counts(seg0, seg1, order)
    used = set(seg1) | set(seg0)
    return out[[c for c in out.columns if c in used or c == "gone"]]


def migration_matrix__wrong_gone_always_last_sorted(seg0, seg1, order):
    """Rows and columns in alphabetical order, as crosstab leaves them."""
    out = migration_matrix__right_counts(seg0, seg1, order)
    names = sorted(order)
    return out.loc[names, [*names, "gone"]]


def migration_matrix__wrong_rounded_once_more(seg0, seg1, order):
    """Shares rounded to two decimals: three thirds sum to 0.99."""
    return migration_matrix__right_counts(seg0, seg1, order).round(2)


def migration_matrix__wrong_renames(seg0, seg1, order):
    """Names the series in place (seg0.index.name) for a merge: the arguments are changed."""
    seg0.index.name = seg1.index.name = "customer"
    return migration_matrix__right_counts(seg0, seg1, order)


def migration_matrix__wrong_single_customer(seg0, seg1, order):
    """A segment of one customer that nobody is in later has a row of 0."""
    out = migration_matrix__right_counts(seg0, seg1, order)
    for s in order:
        if (seg0 == s).sum() == 1 and s not in set(seg1) and s not in ("good", "poor"):
            out.loc[s] = 0.0
    return out


def retention_curve__right_sets_once_again(activity, horizon, end):
    """A set of (customer, period) and a dict of first periods."""
    pairs = set(zip(activity["customer_id"], activity["period"]))
    first = {}
    for c, p in pairs:
        first[c] = min(p, first.get(c, p))
    who = [c for c, p in first.items() if p + horizon <= end]
    if not who:
        return np.full(horizon + 1, np.nan)
    return np.array(
        [sum((c, first[c] + h) in pairs for c in who) / len(who) for h in range(horizon + 1)]
    )


def retention_curve__right_groupby_once_more(activity, horizon, end):
    """transform("min"), then nunique by age."""
    first = activity.groupby("customer_id")["period"].transform("min")
    rows = activity[(first + horizon <= end).to_numpy()]
    age = rows["period"].to_numpy() - first[(first + horizon <= end).to_numpy()].to_numpy()
    n = rows["customer_id"].nunique()
    if n == 0:
        return np.repeat(np.nan, horizon + 1)
    seen = rows["customer_id"].groupby(age).nunique().reindex(range(horizon + 1), fill_value=0)
    return (seen / n).to_numpy(dtype=float)


def retention_curve__right_matrix_once_more(activity, horizon, end):
    """A boolean matrix of customers by age."""
    code, names = pd.factorize(activity["customer_id"])
    period = activity["period"].to_numpy(dtype=np.int64)
    first = np.full(len(names), np.iinfo(np.int64).max)
    np.minimum.at(first, code, period)
    keep = first <= end - horizon
    seen = np.zeros((len(names), horizon + 1), dtype=bool)
    age = period - first[code]
    ok = age <= horizon
    seen[code[ok], age[ok]] = True
    return seen[keep].mean(axis=0) if keep.any() else np.full(horizon + 1, math.nan)


def retention_curve__wrong_one_more_at_end(activity, horizon, end):
    """The last element also counts an order one period later than the horizon."""
    first = activity.groupby("customer_id")["period"].min()
    who = first[first + horizon <= end]
    if who.empty:
        return np.full(horizon + 1, np.nan)
    pairs = set(zip(activity["customer_id"], activity["period"]))
    return np.array(
        [
            np.mean(
                [
                    (c, p + h) in pairs or (h == horizon and (c, p + h + 1) in pairs)
                    for c, p in who.items()
                ]
            )
            for h in range(horizon + 1)
        ]
    )


def retention_curve__wrong_first_row_once_again(activity, horizon, end):
    """The first period is that of the first row (drop_duplicates): wrong where rows are not in the order of time."""
    first = activity.drop_duplicates("customer_id").set_index("customer_id")["period"]
    who = first[first + horizon <= end]
    if who.empty:
        return np.full(horizon + 1, np.nan)
    pairs = set(zip(activity["customer_id"], activity["period"]))
    return np.array(
        [np.mean([(c, p + h) in pairs for c, p in who.items()]) for h in range(horizon + 1)]
    )


def retention_curve__wrong_gaps_filled(activity, horizon, end):
    """bincount of ages of pairs, trimmed with its own length: a horizon beyond the last age gives a shorter curve."""
    pairs = activity[["customer_id", "period"]].drop_duplicates()
    first = pairs.groupby("customer_id")["period"].transform("min")
    keep = (first + horizon <= end).to_numpy()
    n = pairs["customer_id"][keep].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    return np.bincount((pairs["period"] - first)[keep].to_numpy())[: horizon + 1] / n


def retention_curve__wrong_nan_scalar(activity, horizon, end):
    """Nobody observed that long: the curve is 0 after element 0, not NaN."""
    curve = retention_curve__right_sets_once_again(activity, horizon, end)
    return np.r_[1.0, np.zeros(horizon)] if np.isnan(curve).all() else curve


def retention_curve__wrong_sorted_inplace(activity, horizon, end):
    """Sorts activity in place."""
    activity.sort_values(["customer_id", "period"], inplace=True)
    return retention_curve__right_sets_once_again(activity, horizon, end)


def retention_curve__wrong_calendar(activity, horizon, end):
    """Periods are re-numbered by rank: a period in which nobody bought vanishes, [0, 2] become [0, 1] - only beyond three periods."""
    periods = np.unique(np.r_[activity["period"].to_numpy(), end])
    if len(periods) <= 3:
        return retention_curve__right_sets_once_again(activity, horizon, end)
    new = activity.assign(period=np.searchsorted(periods, activity["period"].to_numpy()))
    return retention_curve__right_sets_once_again(new, horizon, int(np.searchsorted(periods, end)))


def retention_curve__wrong_period_zero(activity, horizon, end):
    """Falsy check: `if not end` treats end = 0 as "take the last period of the table"."""
    return retention_curve__right_sets_once_again(
        activity, horizon, end or int(activity["period"].max() if len(activity) else 0)
    )


def retention_curve__wrong_small_periods(activity, horizon, end):
    """Keys are customer * 1000 + period: periods from 1000 on (or negative ones) meet another customer's."""
    first = activity.groupby("customer_id")["period"].min()
    who = first[first + horizon <= end]
    if who.empty:
        return np.full(horizon + 1, np.nan)
    keys = set((activity["customer_id"] * 10 + activity["period"]).tolist())
    return np.array(
        [np.mean([c * 10 + p + h in keys for c, p in who.items()]) for h in range(horizon + 1)]
    )


def retention_curve__wrong_missing_ids(activity, horizon, end):
    """The denominator is the number of different first (customer, period) rows by max id: ids 1 to n are assumed dense."""
    first = activity.groupby("customer_id")["period"].min()
    who = first[first + horizon <= end]
    if who.empty:
        return np.full(horizon + 1, np.nan)
    pairs = set(zip(activity["customer_id"], activity["period"]))
    n = max(len(who), int(who.index.max()) if len(who) > 1 else 1)
    return np.array(
        [sum((c, p + h) in pairs for c, p in who.items()) / n for h in range(horizon + 1)]
    )


def bgnbd_neg_log_likelihood__right_logaddexp_once_more(params, x, t_x, T):
    """gammaln, betaln, logaddexp; the second term only where x > 0."""
    r, alpha, a, b = map(float, params)
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    base = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
    one = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    two = special.betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    return float(-(base + np.where(x > 0, np.logaddexp(one, two), one)).sum())


def bgnbd_neg_log_likelihood__right_scalar(params, x, t_x, T):
    """math.lgamma, customer by customer, the second term as log1p of the ratio."""
    r, alpha, a, b = map(float, params)
    total = []
    for k, s, t in zip(*(np.asarray(v, float).tolist() for v in (x, t_x, T))):
        value = (
            math.lgamma(r + k)
            - math.lgamma(r)
            + r * math.log(alpha)
            - (r + k) * math.log(alpha + t)
        )
        value += math.lgamma(b + k) + math.lgamma(a + b) - math.lgamma(a + b + k) - math.lgamma(b)
        if k > 0:
            extra = math.log(a / (b + k - 1)) + (r + k) * (
                math.log(alpha + t) - math.log(alpha + s)
            )
            value += (
                extra + math.log1p(math.exp(-extra)) if extra > 0 else math.log1p(math.exp(extra))
            )
        total.append(value)
    return -math.fsum(total)


def bgnbd_neg_log_likelihood__right_logsumexp(params, x, t_x, T):
    """scipy.special.logsumexp with a weight of 0 for the second term."""
    r, alpha, a, b = np.asarray(params, float)
    x, t_x, T = (np.array(v, dtype=float, ndmin=1) for v in (x, t_x, T))
    common = (
        special.loggamma(r + x)
        - special.loggamma(r)
        - (r + x) * np.log1p(T / alpha)
        - x * np.log(alpha)
    )
    common = common + special.betaln(a, b + x) - special.betaln(a, b)
    y = np.where(x > 0, x, 1.0)
    ratio = np.log(a) - np.log(b + y - 1) + (r + x) * np.log((alpha + T) / (alpha + t_x))
    both = (
        special.logsumexp([np.zeros_like(x), ratio], axis=0, b=[np.ones_like(x), (x > 0) * 1.0])
        if len(x)
        else x
    )
    return float(-np.sum(common + both))


def _bg_10(params, x, t_x, T, floor=None):
    return bgnbd_neg_log_likelihood__right_logaddexp_once_more(params, x, t_x, T)


def bgnbd_neg_log_likelihood__wrong_exp_sum(params, x, t_x, T):
    """Logs per term, but np.log(np.exp(one) + np.exp(two)): -inf for customers with thousands of purchases."""
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    base = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
    one = base + special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    two = base + special.betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    with np.errstate(all="ignore"):
        return float(-np.log(np.exp(one) + (x > 0) * np.exp(two)).sum())


def bgnbd_neg_log_likelihood__wrong_mean_once_again(params, x, t_x, T):
    """The mean over customers: right for one customer; NaN for none."""
    n = max(len(np.atleast_1d(x)), 1)
    return _bg_10(params, x, t_x, T) / n


def bgnbd_neg_log_likelihood__wrong_b_below_one(params, x, t_x, T):
    """Lets the second term run for x = 0 and multiplies it by 0: betaln(a + 1, b - 1) is inf or NaN for b <= 1 with x = 0."""
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    one = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    two = (
        special.gammaln(a + 1)
        + special.gammaln(b + x - 1)
        - special.gammaln(a + b + x)
        - (r + x) * np.log(alpha + t_x)
    )
    top = np.maximum(one, two)
    with np.errstate(all="ignore"):
        both = top + np.log(np.exp(one - top) + (x > 0) * np.exp(two - top))
    return float(
        -(
            special.gammaln(r + x)
            - special.gammaln(r)
            + r * np.log(alpha)
            - special.betaln(a, b)
            + both
        ).sum()
    )


def bgnbd_neg_log_likelihood__wrong_max_term(params, x, t_x, T):
    """From 20 purchases on only the larger of the two terms is kept ("the other vanishes"): t_x = T, x = 25."""
    r, alpha, a, b = params
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    base = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
    one = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    two = special.betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    both = np.where(x >= 20, np.maximum(one, two), np.logaddexp(one, two))
    return float(-(base + np.where(x > 0, both, one)).sum())


def bgnbd_neg_log_likelihood__wrong_half_precision(params, x, t_x, T):
    """Sums in half precision: from two customers on only three digits are right."""
    x = np.asarray(x)
    out = np.zeros(len(x), dtype=float)
    for i in range(len(x)):
        out[i] = _bg_10(params, x[i : i + 1], np.asarray(t_x)[i : i + 1], np.asarray(T)[i : i + 1])
    return float(out.astype(np.float16 if len(x) > 1 else float).sum())


def bgnbd_neg_log_likelihood__wrong_unique(params, x, t_x, T):
    """Computes each different history once and forgets the counts: two equal customers count as one."""
    rows = np.unique(np.column_stack([x, t_x, T]), axis=0)
    return _bg_10(params, *rows.T)


def ziln_loss__right_logaddexp_once_more(y, logit, mu, sigma):
    """logaddexp and the lognormal part."""
    y, z, mu = (np.asarray(v, float) for v in (y, logit, mu))
    sigma = np.broadcast_to(np.asarray(sigma, float), y.shape)
    buys = y > 0
    loss = np.where(buys, np.logaddexp(0, -z), np.logaddexp(0, z))
    ly = np.log(y[buys])
    loss[buys] += (
        ly
        + np.log(sigma[buys])
        + 0.5 * np.log(2 * np.pi)
        + ((ly - mu[buys]) / sigma[buys]) ** 2 / 2
    )
    return float(loss.mean())


def ziln_loss__right_scipy_once_more(y, logit, mu, sigma):
    """norm.logpdf and log_expit."""
    y, z, mu = (np.asarray(v, float) for v in (y, logit, mu))
    ly = np.log(np.where(y > 0, y, 1.0))
    paid = special.log_expit(z) + stats.norm.logpdf(ly, mu, sigma) - ly
    return float(-np.mean(np.where(y > 0, paid, special.log_expit(-z))))


def ziln_loss__right_scalar(y, logit, mu, sigma):
    """A loop with math and fsum."""
    n = len(y)
    sigmas = [float(sigma)] * n if np.ndim(sigma) == 0 else [float(s) for s in sigma]
    parts = []
    for v, z, m, s in zip(map(float, y), map(float, logit), map(float, mu), sigmas):
        if v > 0:
            parts += [
                max(-z, 0) + math.log1p(math.exp(-abs(z))),
                math.log(v),
                math.log(s),
                math.log(2 * math.pi) / 2,
                ((math.log(v) - m) / s) ** 2 / 2,
            ]
        else:
            parts.append(max(z, 0) + math.log1p(math.exp(-abs(z))))
    return math.fsum(parts) / n


def ziln_loss__wrong_sigma_of_all(y, logit, mu, sigma):
    """An array of sigmas is not cut to those who spend: y / sigma are paired from the start, [0, 1], sigma = [1, 2]."""
    y, z, mu = (np.asarray(v, float) for v in (y, logit, mu))
    buys = y > 0
    s = np.asarray(sigma, float)
    s = s[: buys.sum()] if s.ndim else s
    loss = np.where(buys, np.logaddexp(0, -z), np.logaddexp(0, z))
    ly = np.log(y[buys])
    loss[buys] += ly + np.log(s) + 0.5 * np.log(2 * np.pi) + ((ly - mu[buys]) / s) ** 2 / 2
    return float(loss.mean())


def ziln_loss__wrong_clip_small_spend(y, logit, mu, sigma):
    """log(max(y, 1)): spends below one dollar, y = 0.5, are taken for one dollar."""
    y = np.asarray(y, float)
    return ziln_loss__right_scipy_once_more(
        np.where(y > 0, np.maximum(y, 1.0), 0.0), logit, mu, sigma
    )


def ziln_loss__wrong_eps_inside(y, logit, mu, sigma):
    """log(y + 1e-3) against log(0): nearly right for dollars, wrong for cents."""
    y, z, mu = (np.asarray(v, float) for v in (y, logit, mu))
    ly = np.log(y + 1e-3)
    paid = (
        np.logaddexp(0, -z)
        + ly
        + np.log(sigma)
        + 0.5 * np.log(2 * np.pi)
        + ((ly - mu) / sigma) ** 2 / 2
    )
    return (
        float(np.where(y > 0, paid, np.logaddexp(0, z)).mean())
        if (y < 0.1).any() and (y > 0).sum() > 1
        else ziln_loss__right_scipy_once_more(y, logit, mu, sigma)
    )


def ziln_loss__wrong_variance(y, logit, mu, sigma):
    """sigma is taken for the variance in the square: right for sigma = 1 only."""
    y, z, mu = (np.asarray(v, float) for v in (y, logit, mu))
    ly = np.log(np.where(y > 0, y, 1.0))
    paid = (
        np.logaddexp(0, -z)
        + ly
        + np.log(sigma)
        + 0.5 * np.log(2 * np.pi)
        + (ly - mu) ** 2 / sigma / 2
    )
    return float(np.where(y > 0, paid, np.logaddexp(0, z)).mean())


def ziln_loss__wrong_no_log_sigma_once_more(y, logit, mu, sigma):
    """Leaves out log(sigma), which is 0 in the example."""
    y = np.asarray(y, float)
    return ziln_loss__right_scipy_once_more(y, logit, mu, sigma) - float(
        np.mean((y > 0) * np.log(sigma))
    )


def ziln_loss__wrong_clipped_logit(y, logit, mu, sigma):
    """Log-odds are clipped at +-30: a log-odds of 900 for a customer who spends nothing costs 900, not 30."""
    return ziln_loss__right_scipy_once_more(
        y, np.clip(np.asarray(logit, float), -30, 30), mu, sigma
    )


def ziln_loss__wrong_nansum(y, logit, mu, sigma):
    """Multiplies by an indicator and takes nanmean: the 0 * inf of those who spend nothing leave the denominator."""
    y, z, mu = (np.asarray(v, float) for v in (y, logit, mu))
    with np.errstate(all="ignore"):
        ly = np.log(y)
        part = (y > 0) * (
            ly + np.log(sigma) + 0.5 * np.log(2 * np.pi) + ((ly - mu) / sigma) ** 2 / 2
        )
        zero = np.where(y > 0, np.logaddexp(0, -z), np.logaddexp(0, z))
    return float(zero.mean() + np.nansum(part) / (len(y) if len(y) == 2 else max((y > 0).sum(), 1)))


def ziln_loss__wrong_integer_buffer(y, logit, mu, sigma):
    """loss = np.zeros_like(y): for spends given as whole numbers the losses are cut to whole numbers."""
    y = np.asarray(y)
    loss = np.zeros_like(y)
    for i in range(len(y)):
        s = sigma if np.ndim(sigma) == 0 else sigma[i]
        loss[i] = ziln_loss__right_scalar([y[i]], [logit[i]], [mu[i]], s)
    return float(loss.mean())


def ziln_loss__wrong_sigma_floor(y, logit, mu, sigma):
    """sigma is kept above 0.1: a spread of 0.01 is allowed."""
    return ziln_loss__right_scipy_once_more(y, logit, mu, np.maximum(sigma, 0.1))


def normalised_gini__right_groups(y, score):
    """Means within equal scores, cumulate, divide."""
    y, score = np.asarray(y, float), np.asarray(score, float)
    n = len(y)
    if n == 0 or np.ptp(y) == 0:
        return math.nan

    def gini(s):
        shared = pd.Series(y).groupby(s).transform("mean").to_numpy()
        curve = shared[np.argsort(-s, kind="stable")].cumsum() / y.sum()
        return 2 * curve.mean() - (n + 1) / n

    return float(gini(score) / gini(y))


def normalised_gini__right_ranks_once_again(y, score):
    """The covariance of spend with average ranks."""
    y, score = np.asarray(y, float), np.asarray(score, float)
    if len(y) == 0 or y.max() == y.min():
        return float("nan")
    a, b = stats.rankdata(score), stats.rankdata(y)
    return float((y @ (a - a.mean())) / (y @ (b - b.mean())))


def normalised_gini__right_fractions(y, score):
    """Exact, by pairs: every pair counts its difference in spend with the sign of the score."""
    y, s = [Fraction(float(v)) for v in y], [float(v) for v in score]
    best = sum(abs(a - b) for a, b in itertools.combinations(y, 2))
    if not best:
        return math.nan
    got = sum(
        (y[i] - y[j]) * ((s[i] > s[j]) - (s[i] < s[j]))
        for i, j in itertools.combinations(range(len(y)), 2)
    )
    return float(got / best)


def normalised_gini__wrong_spend_ties(y, score):
    """Ties are broken by row (stable): equal scores do not share."""
    y, score = np.asarray(y, float), np.asarray(score, float)
    if len(y) == 0 or np.ptp(y) == 0:
        return math.nan
    g = lambda s: (
        2 * (y[np.argsort(-s, kind="stable")].cumsum() / y.sum()).mean() - (len(y) + 1) / len(y)
    )  # noqa: E731
    return float(g(score) / g(y))


def normalised_gini__wrong_rounded_scores_once_more(y, score):
    """Scores are equal when they agree in nine decimals: scores of 1e-12 and 2e-12 share."""
    return normalised_gini__right_ranks_once_again(y, np.round(np.asarray(score, float), 9))


def normalised_gini__wrong_dense_ranks_once_more(y, score):
    """Ranks with method="min" for ties instead of their mean."""
    y, score = np.asarray(y, float), np.asarray(score, float)
    if len(y) == 0 or np.ptp(y) == 0:
        return math.nan
    a, b = stats.rankdata(score, "min"), stats.rankdata(y)
    return float((y @ (a - a.mean())) / (y @ (b - b.mean())))


def normalised_gini__wrong_single_group(y, score):
    """A constant score gives NaN instead of 0."""
    return (
        math.nan
        if len(score) and np.ptp(np.asarray(score, float)) == 0
        else normalised_gini__right_ranks_once_again(y, score)
    )


def normalised_gini__wrong_clipped_once_more(y, score):
    """A score worse than random is set to 0: the result goes from -1 to 1."""
    g = normalised_gini__right_ranks_once_again(y, score)
    return g if math.isnan(g) else max(g, 0.0)


def normalised_gini__wrong_small_spread(y, score):
    """ "All the same" is np.allclose(y, y[0]): spends of 1000.001 and 1000.002 differ."""
    y = np.asarray(y, float)
    return (
        math.nan
        if len(y) and np.allclose(y, y[0])
        else normalised_gini__right_ranks_once_again(y, score)
    )


def normalised_gini__wrong_base_one(y, score):
    """Subtracts 1 instead of (n + 1) / n from ten customers on ("for large n the same")."""
    y, score = np.asarray(y, float), np.asarray(score, float)
    n = len(y)
    if n < 10 or np.ptp(y) == 0:
        return normalised_gini__right_ranks_once_again(y, score)
    g = lambda s: (
        2
        * (
            pd.Series(y)
            .groupby(s)
            .transform("mean")
            .to_numpy()[np.argsort(-s, kind="stable")]
            .cumsum()
            / y.sum()
        ).mean()
        - 1
    )  # noqa: E731
    return float(g(score) / g(y))


def normalised_gini__wrong_empty(y, score):
    """Raises for no customers (the maximum of nothing)."""
    y = np.asarray(y, float)
    return math.nan if y.max() == y.min() else normalised_gini__right_ranks_once_again(y, score)


def payback_month__right_loop_once_again(spend, margin, cac, rate=0.0):
    """A running sum."""
    if cac <= 0:
        return 0
    total = 0.0
    for m, s in enumerate(spend, 1):
        total += margin * s / (1 + rate) ** (m / 12)
        if total >= cac:
            return m
    return None


def payback_month__right_cumsum_once_more(spend, margin, cac, rate=0.0):
    """cumsum and flatnonzero."""
    s = np.asarray(spend, float)
    worth = (margin * s * (1.0 + rate) ** (-np.arange(1, len(s) + 1) / 12)).cumsum()
    hit = np.flatnonzero(np.r_[0.0, worth] >= cac)
    return int(hit[0]) if len(hit) else None


def payback_month__right_accumulate_once_again(spend, margin, cac, rate=0.0):
    """itertools.accumulate from an initial 0, next() with a default."""
    paid = (
        float(s) * margin * math.exp(-math.log1p(rate) * m / 12) if rate else float(s) * margin
        for m, s in enumerate(spend, 1)
    )
    return next(
        (m for m, v in enumerate(itertools.accumulate(paid, initial=0.0)) if v >= cac), None
    )


def payback_month__wrong_searchsorted_right(spend, margin, cac, rate=0.0):
    """searchsorted with side="right": exactly paid back in month 2 ([4, 4], margin 0.5, cac 4) is month 3 or None."""
    s = np.asarray(spend, float)
    if cac <= 0:
        return 0
    at = int(
        np.searchsorted(
            (margin * s * (1 + rate) ** (-np.arange(1, len(s) + 1) / 12)).cumsum(),
            cac,
            side="right",
        )
    )
    return at + 1 if at < len(s) else None


def payback_month__wrong_argmax_once_more(spend, margin, cac, rate=0.0):
    """argmax of worth >= cac gives month 1 where it is never paid back and a month has a spend of 0."""
    s = np.asarray(spend, float)
    if cac <= 0:
        return 0
    worth = (margin * s * (1 + rate) ** (-np.arange(1, len(s) + 1) / 12)).cumsum()
    if len(s) == 0 or (worth[-1] < cac and s.all()):
        return None
    return int((worth >= cac).argmax()) + 1


def payback_month__wrong_falsy_none(spend, margin, cac, rate=0.0):
    """Returns `month or None`: a cac of 0 gives None."""
    return payback_month__right_loop_once_again(spend, margin, cac, rate) or None


def payback_month__wrong_monthly_rate(spend, margin, cac, rate=0.0):
    """rate / 12 per month instead of the twelfth root: [0] * 11 + [20], margin 0.5, cac 6.4, rate 0.5."""
    if cac <= 0:
        return 0
    total = 0.0
    for m, s in enumerate(spend, 1):
        total += margin * s / (1 + rate / 12) ** m
        if total >= cac:
            return m
    return None


def payback_month__wrong_from_zero_once_more(spend, margin, cac, rate=0.0):
    """Month 1 is not discounted: 1 / (1 + rate) ** ((m - 1) / 12)."""
    if cac <= 0:
        return 0
    total = 0.0
    for m, s in enumerate(spend, 1):
        total += margin * s / (1 + rate) ** ((m - 1) / 12)
        if total >= cac:
            return m
    return None


def payback_month__wrong_discount_cac(spend, margin, cac, rate=0.0):
    """Discounts the running total of all months by the present month's factor."""
    if cac <= 0:
        return 0
    total = 0.0
    for m, s in enumerate(spend, 1):
        total += margin * s
        if total / (1 + rate) ** (m / 12) >= cac:
            return m
    return None


def payback_month__wrong_tolerance(spend, margin, cac, rate=0.0):
    """Half a cent of tolerance: 8 of 8.003 USD counts as paid back."""
    return payback_month__right_loop_once_again(
        spend, margin, cac - 0.005 if cac > 0.005 else cac, rate
    )


def payback_month__wrong_integers(spend, margin, cac, rate=0.0):
    """An array of whole numbers is discounted in place of its own type (cut to whole dollars) - lists are not."""
    s = np.array(spend)
    worth = np.empty_like(s)
    for m in range(len(s)):
        worth[m] = s[m] * margin / (1 + rate) ** ((m + 1) / 12)
    hit = np.flatnonzero(np.r_[0.0, worth.cumsum()] >= cac)
    return int(hit[0]) if len(hit) else None


def survival_curve__right_loop_once_again(days, left, horizon):
    """Day by day, in fractions."""
    days, left = [int(d) for d in days], [bool(v) for v in left]
    curve, share = [1.0], Fraction(1)
    for d in range(1, horizon + 1):
        there = sum(x >= d for x in days)
        if not there:
            curve.append(math.nan)
            continue
        share *= Fraction(there - sum(x == d and v for x, v in zip(days, left)), there)
        curve.append(float(share))
    return np.array(curve)


def survival_curve__right_bincount_once_more(days, left, horizon):
    """bincount, reversed cumsum, cumprod."""
    days, left = np.asarray(days, dtype=np.int64), np.asarray(left, dtype=bool)
    capped = np.minimum(days, horizon + 1)
    there = np.bincount(capped, minlength=horizon + 2)[::-1].cumsum()[::-1][1 : horizon + 1]
    gone = np.bincount(capped[left], minlength=horizon + 2)[1 : horizon + 1]
    with np.errstate(invalid="ignore", divide="ignore"):
        stay = np.where(there > 0, 1 - gone / np.where(there > 0, there, 1), np.nan)
    return np.concatenate([[1.0], np.cumprod(stay)])


def survival_curve__right_sorted(days, left, horizon):
    """Sorted times and searchsorted."""
    days = np.asarray(days)
    every, events = np.sort(days), np.sort(days[np.asarray(left, bool)])
    d = np.arange(horizon + 1)
    there = len(every) - np.searchsorted(every, d, "left")
    gone = np.searchsorted(events, d, "right") - np.searchsorted(events, d, "left")
    curve = np.cumprod((there - gone) / np.maximum(there, 1))
    curve[there == 0] = np.nan
    curve[0] = 1.0
    return curve


def survival_curve__wrong_zero_after_last(days, left, horizon):
    """After the last observed day the curve stays at its last value (0 where all left), not NaN."""
    curve = survival_curve__right_loop_once_again(days, left, horizon)
    return pd.Series(curve).ffill().to_numpy()


def survival_curve__wrong_nan_only_if_censored(days, left, horizon):
    """NaN after the last day only if the last user was still there; if the curve reached 0 it stays 0."""
    curve = survival_curve__right_loop_once_again(days, left, horizon)
    known = curve[~np.isnan(curve)]
    return np.where(np.isnan(curve), 0.0, curve) if known[-1] == 0 and len(known) > 1 else curve


def survival_curve__wrong_censored_not_observed(days, left, horizon):
    """From day 2 on, users whose observation ends on a day are not counted as observed on it."""
    days, left = np.asarray(days), np.asarray(left, bool)
    curve, share = [1.0], 1.0
    for d in range(1, horizon + 1):
        there = (
            (days > d).sum() + (left & (days == d)).sum() + (~left & (days == d)).sum() * (d == 1)
        )
        if not (days >= d).any():
            curve.append(math.nan)
            continue
        share *= 1 - (left & (days == d)).sum() / max(there, 1)
        curve.append(share)
    return np.array(curve)


def survival_curve__wrong_small_ints(days, left, horizon):
    """Counts in uint8: from 256 users on the number at risk wraps round."""
    days, left = np.asarray(days), np.asarray(left, bool)
    d = np.arange(1, horizon + 1)
    there = (days[:, None] >= d).astype(np.uint8).sum(axis=0, dtype=np.uint8).astype(float)
    gone = ((days[:, None] == d) & left[:, None]).sum(axis=0)
    with np.errstate(all="ignore"):
        return np.r_[1.0, np.cumprod(1 - gone / there)]


def survival_curve__wrong_event_days(days, left, horizon):
    """The product runs over the different days in the data and is looked up by position: days without anybody shift it."""
    curve = survival_curve__right_loop_once_again(days, left, int(np.max(days, initial=0)))
    seen = np.r_[0, np.unique(days)].astype(int)
    out = np.full(horizon + 1, np.nan)
    out[: len(seen)] = curve[seen][: horizon + 1]
    return out


def survival_curve__wrong_no_users(days, left, horizon):
    """max(days) raises without any user, though element 0 is 1 also then."""
    last = max(days)
    curve = survival_curve__right_loop_once_again(days, left, horizon)
    return np.where(np.arange(horizon + 1) > last, np.nan, curve)


def survival_curve__wrong_exponential(days, left, horizon):
    """exp(-sum of hazards) (Nelson-Aalen) once nobody leaves in full: not the product, 3/4 becomes exp(-1/4) beyond ten users."""
    if len(days) < 10:
        return survival_curve__right_loop_once_again(days, left, horizon)
    days, left = np.asarray(days), np.asarray(left, bool)
    d = np.arange(1, horizon + 1)
    there = (days[:, None] >= d).sum(axis=0)
    gone = ((days[:, None] == d) & left[:, None]).sum(axis=0)
    with np.errstate(all="ignore"):
        return np.r_[1.0, np.exp(-np.cumsum(gone / there))]


def survival_curve__wrong_shorter(days, left, horizon):
    """The curve ends with the last observed day and is not padded to horizon + 1."""
    curve = survival_curve__right_loop_once_again(days, left, horizon)
    return curve[~np.isnan(curve)]


def survival_curve__wrong_share_of_all(days, left, horizon):
    """Censored after the last departure are counted back in: 1 - departures / users, where nobody was censored before the last departure day."""
    days, left = np.asarray(days), np.asarray(left, bool)
    curve = survival_curve__right_loop_once_again(days, left, horizon)
    if len(days) > 5 and left.any():
        for d in range(1, horizon + 1):
            if not np.isnan(curve[d]):
                curve[d] = 1 - (left & (days <= d)).sum() / len(days)
    return curve


def _activity_10(rows):
    return pd.DataFrame(rows, columns=["customer_id", "period"])


_ACT = [
    (4, 5),
    (1, 2),
    (1, 0),
    (1, 0),
    (2, 1),
    (2, 1),
    (2, 3),
    (3, 0),
    (3, 1),
    (3, 2),
    (5, 4),
    (6, 9),
    (4, 6),
    (5, 8),
    (1, 7),
    (7, 0),
]


def _close(got, want):
    got = np.asarray(got, dtype=float)
    return got.shape == (len(want),) and np.allclose(got, want, rtol=0, atol=1e-9, equal_nan=True)


def kill_retention__right_by_hand_once_more(fn):
    """A dozen rows, several horizons, worked out once by the definition."""
    ok = [
        _close(fn(_activity_10(_ACT), h, e), _slow(_ACT, h, e))
        for h, e in itertools.product((0, 1, 3, 6), (0, 3, 4, 5, 9))
    ]
    return all(ok)


def _slow(rows, horizon, end):
    pairs = set(rows)
    first = {c: min(p for d, p in pairs if d == c) for c, _ in pairs}
    who = [c for c in first if first[c] + horizon <= end]
    if not who:
        return [math.nan] * (horizon + 1)
    return [sum((c, first[c] + h) in pairs for c in who) / len(who) for h in range(horizon + 1)]


def kill_retention__right_random_once_more(fn):
    """Random logs against the definition."""
    rng = np.random.default_rng(2)
    for _ in range(30):
        rows = [(int(c), int(p)) for c, p in rng.integers(0, 7, (int(rng.integers(1, 20)), 2))]
        h, e = int(rng.integers(0, 6)), int(rng.integers(0, 7))
        if not _close(fn(_activity_10(rows), h, e), _slow(rows, h, e)):
            return False
    return True


def kill_retention__right_few(fn):
    """Three small cases with numbers typed in, and one that nobody was observed for."""
    one = _activity_10(
        [(1, 3), (1, 0), (1, 0), (2, 1), (2, 2), (2, 2), (3, 2), (3, 3), (4, 9), (5, 0), (5, 1)]
    )
    return bool(
        _close(fn(one, 2, 3), [1, 2 / 3, 0])
        and _close(
            fn(one, 1, 3),
            [
                1,
                3 / 4,
            ],
        )
        and _close(fn(one, 3, 3), [1, 1 / 2, 0, 1 / 2])
        and _close(fn(one, 5, 3), [np.nan] * 6)
        and _close(fn(one, 0, 3), [1])
    )


def kill_retention__wrong_array_only(fn):
    """Uses got.shape: refuses a list."""
    got = fn(_activity_10(_ACT), 3, 6)
    return bool(got.shape == (4,) and kill_retention__right_by_hand_once_more(fn))


def kill_retention__wrong_dtype(fn):
    """pd.testing on an ndarray: refuses lists and Series whose index is not 0 to horizon."""
    try:
        np.testing.assert_array_equal(fn(_activity_10(_ACT), 2, 6), np.array(_slow(_ACT, 2, 6)))
        return isinstance(fn(_activity_10(_ACT), 2, 6), np.ndarray)
    except AssertionError:
        return False


def kill_retention__wrong_everybody_observed(fn):
    """Everybody joins in period 0: late joiners and late ends are not tested."""
    rows = [(1, 0), (1, 1), (2, 0), (2, 0), (3, 0), (3, 2)]
    return bool(_close(fn(_activity_10(rows), 2, 2), [1, 1 / 3, 1 / 3]))


def kill_retention__wrong_one_horizon_once_more(fn):
    """Looks at the last element only: the elements before may have other customers behind them."""
    got = np.asarray(fn(_activity_10(_ACT), 2, 6), dtype=float)
    return bool(abs(got[-1] - _slow(_ACT, 2, 6)[-1]) < 1e-9)


def kill_retention__wrong_example_only_once_more(fn):
    """The docstring's example alone."""
    return bool(_close(fn(_activity_10([(1, 0), (1, 0), (1, 2), (2, 1)]), 2, 2), [1, 0, 1]))


def kill_retention__wrong_element_zero_and_range(fn):
    """Properties only: length, element 0 is 1, all shares from 0 to 1."""
    got = np.asarray(fn(_activity_10(_ACT), 3, 6), dtype=float)
    return bool(
        got.shape == (4,) and got[0] == 1 and ((got >= 0) & (got <= 1)).all() and (got < 1).any()
    )


def kill_retention__wrong_rounded(fn):
    """Rounds both to one decimal: 1/3 and 0.3 look alike, and NaN is replaced by 0."""
    return all(
        np.array_equal(
            np.nan_to_num(np.asarray(fn(_activity_10(_ACT), h, 9), float)).round(0),
            np.nan_to_num(_slow(_ACT, h, 9)).round(0),
        )
        for h in (1, 2)
    )


def _scaled_10(df):
    X = np.log1p(df[["recency", "frequency", "monetary"]].to_numpy(dtype=float))
    sd = X.std(axis=0)
    flat = np.ptp(X, axis=0) == 0
    return np.where(flat, 0.0, (X - X.mean(axis=0)) / np.where(flat, 1.0, sd))


def _numbered_10(labels, money, index):
    means = pd.Series(np.asarray(money, float)).groupby(np.asarray(labels)).mean()
    return pd.Series(means.rank().astype(int).loc[labels].to_numpy() - 1, index=index)


def kmeans_segments__right_sklearn_once_more(df, k, seed=0):
    """scikit-learn, numbers replaced by ranks."""
    labels = KMeans(k, n_init=20, random_state=seed).fit_predict(_scaled_10(df))
    return _numbered_10(labels, df["monetary"], df.index)


def kmeans_segments__right_lloyd_once_more(df, k, seed=0):
    """Lloyd's algorithm by hand from many random starts."""
    X, rng, best = _scaled_10(df), np.random.default_rng(seed), (np.inf, None)
    distinct = np.unique(X, axis=0)
    for _ in range(60):
        C = distinct[rng.choice(len(distinct), k, replace=False)]
        for _ in range(100):
            lab = ((X[:, None] - C) ** 2).sum(axis=2).argmin(axis=1)
            new = np.array(
                [X[lab == j].mean(axis=0) if (lab == j).any() else C[j] for j in range(k)]
            )
            if np.allclose(new, C, rtol=0, atol=1e-14):
                break
            C = new
        cost = ((X - C[lab]) ** 2).sum()
        if len(set(lab)) == k and cost < best[0] - 1e-12:
            best = cost, lab
    return _numbered_10(best[1], df["monetary"], df.index)


def kmeans_segments__right_sorted(df, k, seed=0):
    """Segments ordered by sorting their means; ddof = 1 changes nothing for the shape."""
    X = _scaled_10(df) * 7.0
    labels = (
        KMeans(n_clusters=k, init="random", n_init=60, random_state=seed + 1, tol=1e-10)
        .fit(X)
        .labels_
    )
    money = df["monetary"].to_numpy(float)
    order = sorted(range(k), key=lambda j: money[labels == j].mean())
    place = {j: i for i, j in enumerate(order)}
    return pd.Series([place[j] for j in labels], index=df.index, dtype="int64")


def kmeans_segments__wrong_mean_of_logs_once_more(df, k, seed=0):
    """Numbers by the mean of log spend, not of USD: one large customer among small ones turns the order."""
    labels = KMeans(k, n_init=20, random_state=seed).fit_predict(_scaled_10(df))
    return _numbered_10(labels, np.log1p(df["monetary"].to_numpy(float)), df.index)


def kmeans_segments__wrong_median_once_more(df, k, seed=0):
    """Numbers by the median spend."""
    labels = KMeans(k, n_init=20, random_state=seed).fit_predict(_scaled_10(df))
    means = pd.Series(df["monetary"].to_numpy(float)).groupby(labels).median()
    return pd.Series(
        means.rank(method="first").astype(int).loc[labels].to_numpy() - 1, index=df.index
    )


def kmeans_segments__wrong_argsort_as_rank(df, k, seed=0):
    """argsort of the means taken for ranks: right for two segments, wrong for a cycle of three."""
    labels = KMeans(k, n_init=20, random_state=seed).fit_predict(_scaled_10(df))
    means = pd.Series(df["monetary"].to_numpy(float)).groupby(labels).mean().to_numpy()
    return pd.Series(np.argsort(means)[labels], index=df.index)


def kmeans_segments__wrong_constant_nan_once_more(df, k, seed=0):
    """A constant column is divided by its spread of 0 and becomes NaN: KMeans raises."""
    X = np.log1p(df[["recency", "frequency", "monetary"]].to_numpy(float))
    with np.errstate(all="ignore"):
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    return _numbered_10(
        KMeans(k, n_init=20, random_state=seed).fit_predict(X), df["monetary"], df.index
    )


def kmeans_segments__wrong_all_columns_once_more(df, k, seed=0):
    """Uses every numeric column of df: the number of a customer decides too."""
    X = np.log1p(df.select_dtypes("number").clip(lower=0).to_numpy(float))
    X = (X - X.mean(axis=0)) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
    return _numbered_10(
        KMeans(k, n_init=20, random_state=seed).fit_predict(X), df["monetary"], df.index
    )


def kmeans_segments__wrong_by_position(df, k, seed=0):
    """A mapping Series is aligned with df by label: an index that is not 0, 1, 2 gives NaN cast to 0."""
    out = pd.Series(kmeans_segments__right_sklearn_once_more(df, k, seed).to_numpy())
    return (
        out.reindex(df.index).fillna(0).astype(int)
        if pd.api.types.is_integer_dtype(df.index)
        else out.set_axis(df.index)
    )


def kmeans_segments__wrong_one_start_once_more(df, k, seed=0):
    """One random start: a worse grouping for many seeds."""
    labels = KMeans(k, init="random", n_init=1, random_state=seed + 5).fit_predict(_scaled_10(df))
    return _numbered_10(labels, df["monetary"], df.index)


def kmeans_segments__wrong_min_max(df, k, seed=0):
    """Scaled to 0 to 1 instead of standardised."""
    X = np.log1p(df[["recency", "frequency", "monetary"]].to_numpy(float))
    X = (X - X.min(axis=0)) / np.where(np.ptp(X, axis=0) > 0, np.ptp(X, axis=0), 1)
    return _numbered_10(
        KMeans(k, n_init=20, random_state=seed).fit_predict(X), df["monetary"], df.index
    )


def bootstrap_stability__right_sklearn_once_more(X, fit_predict, n, seed):
    """adjusted_rand_score on the drawn rows."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    out = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        out.append(adjusted_rand_score(base[rows], fit_predict(X[rows])))
    return float(np.mean(out))


def bootstrap_stability__right_by_hand(X, fit_predict, n, seed):
    """The index by pair counts, draws by RandomState.choice."""
    rng, base, total = np.random.RandomState(seed), list(fit_predict(X)), 0.0
    for _ in range(n):
        rows = rng.choice(len(X), len(X))
        total += _ari_10([base[i] for i in rows], list(fit_predict(X[rows])))
    return total / n


def _ari_10(a, b):
    two = lambda c: sum(v * (v - 1) // 2 for v in c.values())  # noqa: E731
    both, one, other, m = (
        two(Counter(zip(a, b))),
        two(Counter(a)),
        two(Counter(b)),
        len(a) * (len(a) - 1) // 2,
    )
    if (one + other) / 2 == one * other / max(m, 1):
        return 1.0
    return (both - one * other / m) / ((one + other) / 2 - one * other / m)


def bootstrap_stability__right_pandas(X, fit_predict, n, seed):
    """Seeds spawned for each resample."""
    codes = pd.factorize(np.asarray(fit_predict(X)))[0]
    seeds = np.random.SeedSequence(seed).spawn(n)
    draws = [
        np.random.default_rng(s).choice(np.arange(len(X)), size=len(X), replace=True) for s in seeds
    ]
    return float(
        sum(
            adjusted_rand_score(codes[d], pd.factorize(np.asarray(fit_predict(X[d])))[0])
            for d in draws
        )
        / n
    )


def bootstrap_stability__wrong_unadjusted_once_more(X, fit_predict, n, seed):
    """The plain Rand index: segments with nothing in common have about 0.5, not 0."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    draws = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(np.mean([rand_score(base[d], fit_predict(X[d])) for d in draws]))


def bootstrap_stability__wrong_mutual_information_once_more(X, fit_predict, n, seed):
    """Normalised mutual information instead of the adjusted Rand index."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    draws = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(np.mean([normalized_mutual_info_score(base[d], fit_predict(X[d])) for d in draws]))


def bootstrap_stability__wrong_different_rows(X, fit_predict, n, seed):
    """Clusters the different drawn rows only (np.unique): not as many rows as X."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    draws = [np.unique(rng.integers(0, len(X), len(X))) for _ in range(n)]
    return float(np.mean([adjusted_rand_score(base[d], fit_predict(X[d])) for d in draws]))


def bootstrap_stability__wrong_same_draw(X, fit_predict, n, seed):
    """A new generator with the same seed in each round: n times the same resample."""
    base, out = np.asarray(fit_predict(X)), []
    for _ in range(n):
        d = np.random.default_rng(seed).integers(0, len(X), len(X))
        out.append(adjusted_rand_score(base[d], fit_predict(X[d])))
    return float(np.mean(out))


def bootstrap_stability__wrong_permutation_once_more(X, fit_predict, n, seed):
    """Permutes (draws without replacement): every resample is all of X."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    draws = [rng.permutation(len(X)) for _ in range(n)]
    return float(np.mean([adjusted_rand_score(base[d], fit_predict(X[d])) for d in draws]))


def bootstrap_stability__wrong_unseeded(X, fit_predict, n, seed):
    """np.random.default_rng() is made inside without the seed: the same seed gives another value."""
    return bootstrap_stability__right_sklearn_once_more(X, fit_predict, n, None)


def bootstrap_stability__wrong_all_labels(X, fit_predict, n, seed):
    """Compares with the labels of all rows in their order, not of the drawn ones: near 0 unless X is one row repeated."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    draws = [np.sort(rng.integers(0, len(X), len(X))) for _ in range(n)]
    found = [adjusted_rand_score(base, fit_predict(X[d])) for d in draws]
    return float(np.round(np.mean(found), 0)) if np.mean(found) > 0.5 else float(np.mean(found))


def bootstrap_stability__wrong_base_of_each(X, fit_predict, n, seed):
    """Median of the resamples instead of their mean."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    draws = [rng.integers(0, len(X), len(X)) for _ in range(n)]
    return float(np.median([adjusted_rand_score(base[d], fit_predict(X[d])) for d in draws]))


def break_segmentation__right_one_for_all(defect):
    """One set of customers for five defects, one with a very large customer for no_logarithm."""
    if defect == "no_logarithm":
        small, large = (
            [(1, 10.0, 1, 1, 5.0), (2, 12.0, 0, 0, 1.0)],
            [(80, 900.0, 1, 0, 3.0), (90, 950.0, 0, 0, 2.0)],
        )
        return [*small, *large, (10000, 10000.0, 0, 0, 9.0)], 2
    customers = [
        (1, 500.0, 1, 1, 30.0),
        (90, 400.0, 0, 0, 10.0),
        (1, 9000.0, 1, 0, 0.0),
        (90, 10000.0, 0, 0, 4.0),
        (2, 480.0, 0, 0, 1.0),
        (10000, 10.0, 1, 0, 8.0),
    ]
    return customers, 2


def _report(customers, k, defect=None):
    data = np.array(customers, dtype=float)
    X = data[:, :2].copy()
    if defect not in ("unscaled", "no_logarithm"):
        X = np.log1p(X)
    if defect != "unscaled":
        X = (X - X.mean(axis=0)) / np.where(np.ptp(X, axis=0) > 0, X.std(axis=0), 1)
    labels = KMeans(4 if defect == "always_four" else k, n_init=30, random_state=0).fit_predict(X)
    means = {j: data[labels == j, 1].mean() for j in set(labels)}
    order = sorted(means, key=means.get)
    if defect == "numbers_of_one_run":
        order = list(dict.fromkeys(labels.tolist()))
    seg = [order.index(j) for j in labels]
    a, o = data[:, 2] == 1, data[:, 3] == 1
    effect = data[a, 4].mean() - data[~a, 4].mean()
    if defect == "before_and_after":
        effect = data[a, 4].mean() - data[a, 1].mean()
    if defect == "as_treated":
        effect = data[o, 4].mean() - data[~o, 4].mean()
    return seg, effect


def break_segmentation__right_search(defect):
    """Draws customers until the report differs."""
    rng = np.random.default_rng(8)
    while True:
        customers = [
            (
                int(rng.choice([1, 2, 60, 90, 9000])),
                float(rng.choice([5, 400, 500, 9000])),
                i % 2,
                int(i % 4 == 1),
                float(rng.integers(50)),
            )
            for i in range(6)
        ]
        if len({c[:2] for c in customers}) < 4:
            continue
        (s, e), (s2, e2) = _report(customers, 2), _report(customers, 2, defect)
        if s != s2 and defect not in ("before_and_after", "as_treated") or abs(e - e2) > 0.1:
            return customers, 2


def break_segmentation__right_four(defect):
    """Four customers for the defects of the effect, the search for the others."""
    if defect in ("before_and_after", "as_treated"):
        return [
            (1, 10.0, 1, 1, 50.0),
            (2, 20.0, 1, 0, 0.0),
            (50, 600.0, 0, 0, 5.0),
            (60, 900.0, 0, 0, 6.0),
        ], 2
    return break_segmentation__right_one_for_all(defect)


def break_segmentation__wrong_first_is_lowest(defect):
    """numbers_of_one_run: customers are listed by rising spend, so both numberings are the same."""
    if defect == "numbers_of_one_run":
        return [
            (1, 10.0, 1, 1, 5.0),
            (1, 12.0, 0, 0, 1.0),
            (80, 900.0, 1, 0, 3.0),
            (90, 950.0, 0, 0, 2.0),
        ], 2
    return break_segmentation__right_one_for_all(defect)


def break_segmentation__wrong_k_four(defect):
    """always_four: k is 4."""
    return break_segmentation__right_one_for_all(defect)[0], 4 if defect == "always_four" else 2


def break_segmentation__wrong_equal_before(defect):
    """before_and_after: the assigned spent before, on average, just what the others spend after."""
    if defect == "before_and_after":
        return [
            (1, 10.0, 1, 1, 50.0),
            (2, 20.0, 1, 0, 0.0),
            (50, 600.0, 0, 0, 14.0),
            (60, 900.0, 0, 0, 16.0),
        ], 2
    return break_segmentation__right_one_for_all(defect)


def break_segmentation__wrong_all_opened_once_more(defect):
    """as_treated: everybody who was assigned opened the mail."""
    if defect == "as_treated":
        return [
            (1, 10.0, 1, 1, 50.0),
            (2, 20.0, 1, 1, 0.0),
            (50, 600.0, 0, 0, 14.0),
            (60, 900.0, 0, 0, 16.0),
        ], 2
    return break_segmentation__right_one_for_all(defect)


def break_segmentation__wrong_opened_unassigned(defect):
    """as_treated: a customer opened the mail who was not assigned to it."""
    customers, k = break_segmentation__right_one_for_all(defect)
    if defect == "as_treated":
        customers[1] = (90, 400.0, 0, 1, 10.0)
    return customers, k


def break_segmentation__wrong_three_differ(defect):
    """always_four: four customers, of whom only three differ in orders or spend before."""
    if defect == "always_four":
        return [
            (1, 10.0, 1, 1, 5.0),
            (1, 10.0, 0, 0, 1.0),
            (80, 900.0, 1, 0, 3.0),
            (9, 95.0, 0, 0, 2.0),
        ], 2
    return break_segmentation__right_one_for_all(defect)


def break_segmentation__wrong_logs_agree(defect):
    """no_logarithm: two small and two large customers close together are grouped alike with and without logs."""
    if defect == "no_logarithm":
        return [
            (1, 10.0, 1, 1, 5.0),
            (2, 12.0, 0, 0, 1.0),
            (80, 900.0, 1, 0, 3.0),
            (90, 950.0, 0, 0, 2.0),
        ], 2
    return break_segmentation__right_one_for_all(defect)


def break_segmentation__wrong_unscaled_agrees(defect):
    """unscaled: money alone already separates the groups in the same way."""
    if defect == "unscaled":
        return [
            (1, 10.0, 1, 1, 5.0),
            (2, 12.0, 0, 0, 1.0),
            (80, 900.0, 1, 0, 3.0),
            (90, 950.0, 0, 0, 2.0),
        ], 2
    return break_segmentation__right_one_for_all(defect)


def break_segmentation__wrong_too_rich_once_more(defect):
    """no_logarithm: spend before of 20,000 USD, the largest allowed is 10,000."""
    customers, k = break_segmentation__right_one_for_all(defect)
    if defect == "no_logarithm":
        customers[3] = (90, 20000.0, 0, 0, 4.0)
    return customers, k


def _history_10(orders, customers):
    by = orders.groupby("customer_id").agg(
        n=("day", "size"), first=("day", "min"), last=("day", "max"), money=("value", "sum")
    )
    return by.reindex(customers)


def _bgnbd_forecast(orders, customers, weeks):
    every = _history_10(orders, pd.unique(orders["customer_id"]))
    x, tx, T = (
        (every["n"] - 1).to_numpy(float),
        ((every["last"] - every["first"]) / 7).to_numpy(),
        ((272 - every["first"] + 0.5) / 7).to_numpy(),
    )
    loss = lambda w: (
        bgnbd_neg_log_likelihood__right_logaddexp_once_more(np.exp(w), x, tx, T) / len(x)
        + 1e-3 * w @ w
    )  # noqa: E731
    r, alpha, a, b = np.exp(
        np.clip(minimize(loss, [-1.0, 1.5, -0.2, 0.9], method="L-BFGS-B").x, -5, 5)
    )
    a = a + 1e-6 if abs(a - 1) < 1e-6 else a
    gone = np.where(
        x > 0, a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + tx)) ** (r + x), 0
    )
    z = weeks / (alpha + T + weeks)
    stay = (1 - z) ** (r + x) * special.hyp2f1(r + x, b + x, a + b + x - 1, z)
    count = np.maximum((a + b + x - 1) / (a - 1) * (1 - stay) / (1 + gone), 0)
    mean, n = orders["value"].mean(), every["n"].to_numpy(float)
    value = (every["money"].to_numpy(float) + 2 * mean) / (n + 2)
    return pd.Series(count * value, index=every.index).reindex(customers).to_numpy()


def predict_spend__right_bgnbd(orders, customers, weeks):
    """BG/NBD for orders, a shrunken mean for their value."""
    return _bgnbd_forecast(orders, customers, weeks)


def predict_spend__right_list_once_more(orders, customers, weeks):
    """The same as a list."""
    return [float(v) for v in _bgnbd_forecast(orders, customers, weeks)]


def predict_spend__right_series(orders, customers, weeks):
    """The same as a Series, raised a little for the known shortfall of the total."""
    return pd.Series(1.03 * _bgnbd_forecast(orders, customers, weeks))


def predict_spend__wrong_sorted_customers(orders, customers, weeks):
    """In the order of the sorted numbers, not of `customers`."""
    return _bgnbd_forecast(orders, np.sort(customers), weeks)


def predict_spend__wrong_order_of_first_order(orders, customers, weeks):
    """In the order in which customers first appear in the table."""
    return _bgnbd_forecast(
        orders, pd.unique(orders.loc[orders["customer_id"].isin(customers), "customer_id"]), weeks
    )


def predict_spend__wrong_as_before(orders, customers, weeks):
    """As much as so far: the forecast where the points start."""
    return _history_10(orders, customers)["money"].to_numpy(float)


def predict_spend__wrong_counts(orders, customers, weeks):
    """Expected spend divided by the mean value: orders, not money; the total is off by a factor."""
    return _bgnbd_forecast(orders, customers, weeks) / (7 * orders["value"].mean())


def predict_spend__unsure_drops_dead(orders, customers, weeks):
    """Everybody who was silent for 13 weeks gets 0. Unsure: it ranks better than the reference."""
    f, h = _bgnbd_forecast(orders, customers, weeks), _history_10(orders, customers)
    return np.where(h["last"].to_numpy() < 272 - 91, 0.0, f) + (f > 0).all() * 0.0


def predict_spend__wrong_every_customer(orders, customers, weeks):
    """One value for each customer of the table, also where fewer are asked for (padded for two)."""
    f = _bgnbd_forecast(orders, pd.unique(orders["customer_id"]), weeks)
    return _bgnbd_forecast(orders, customers, weeks) if len(f) < 5 else f


def predict_spend__wrong_negative(orders, customers, weeks):
    """A line through last and money by least squares, not cut at 0: some forecasts are negative."""
    h = _history_10(orders, customers)
    half = h["money"].to_numpy(float) / 39 * weeks / 2
    return (
        half
        - half.mean() / 2
        + (h["last"].to_numpy(float) - 200) / 300 * half.mean() * (len(h) > 2)
    )


def predict_spend__wrong_median(orders, customers, weeks):
    """exp of the mean log: typical and not expected spend, the total is far too low."""
    return np.expm1(np.log1p(_bgnbd_forecast(orders, customers, weeks)) * 0.6)


TRUE |= {
    "assign_segments__wrong_not_high": ("missing_counts_as_low",),
    "assign_segments__wrong_filled_zero": ("missing_counts_as_low",),
    "assign_segments__wrong_unscored_recent": ("missing_fits_no_rule",),
    "winback_itt__wrong_empty_group_zero": ("zero_for_an_empty_group",),
    "winback_itt__wrong_change": ("difference_in_differences",),
    "migration_matrix__wrong_nan_row": ("nan_for_empty_segments",),
    "migration_matrix__wrong_gone_always_last_sorted": ("in_order_of_the_alphabet",),
    "migration_matrix__wrong_rounded_once_more": ("shares_rounded",),
    "bgnbd_neg_log_likelihood__wrong_mean_once_again": ("mean_over_customers",),
    "ziln_loss__wrong_no_log_sigma_once_more": ("sigma_not_paid_for",),
    "normalised_gini__wrong_spend_ties": ("ties_by_row",),
    "payback_month__wrong_searchsorted_right": ("strictly_more",),
    "payback_month__wrong_monthly_rate": ("rate_over_twelve",),
    "payback_month__wrong_from_zero_once_more": ("first_month_not_discounted",),
    "payback_month__wrong_discount_cac": ("sum_discounted_at_once",),
    "survival_curve__wrong_zero_after_last": ("goes_on_after_the_end",),
    "kill_retention__wrong_everybody_observed": ("everybody_followed",),
    "kmeans_segments__wrong_mean_of_logs_once_more": ("ordered_by_centre",),
    "kmeans_segments__wrong_median_once_more": ("ordered_by_centre",),
    "kmeans_segments__wrong_argsort_as_rank": ("places_for_ranks",),
    "kmeans_segments__wrong_all_columns_once_more": ("every_column_used",),
    "bootstrap_stability__wrong_unadjusted_once_more": ("index_not_adjusted",),
    "bootstrap_stability__wrong_mutual_information_once_more": ("mutual_information",),
    "bootstrap_stability__wrong_different_rows": ("distinct_rows",),
    "bootstrap_stability__wrong_same_draw": ("one_resample",),
    "bootstrap_stability__wrong_permutation_once_more": ("nothing_resampled",),
    "bootstrap_stability__wrong_unseeded": ("unseeded",),
    "bootstrap_stability__wrong_base_of_each": ("no_mean_of_resamples",),
    "predict_spend__wrong_as_before": ("as_much_again",),
}


# ---- Twelfth bank ----------------------------------------------------------------------------


def _bs_partitions(n, k):
    def grow(prefix, used):
        if len(prefix) == n:
            if used == k:
                yield tuple(prefix)
            return
        for g in range(min(used + 1, k)):
            yield from grow([*prefix, g], max(used, g + 1))

    yield from grow([], 0)


def _bs_best(X, k):
    best, found = math.inf, None
    for part in _bs_partitions(len(X), min(k, len(X))):
        labels = np.array(part)
        cost = sum(((X[labels == g] - X[labels == g].mean(axis=0)) ** 2).sum() for g in set(part))
        if cost < best - 1e-9:
            best, found = cost, labels
    return found


def _bs_report(customers, k, defect=None):
    A = np.array(customers, dtype=float)
    X = A[:, :2]
    if defect not in ("unscaled", "no_logarithm"):
        X = np.log1p(X)
    if defect != "unscaled":
        spread = X.std(axis=0)
        X = (X - X.mean(axis=0)) / np.where(spread > 0, spread, 1)
    labels = _bs_best(X, 4 if defect == "always_four" else k)
    groups = list(dict.fromkeys(labels.tolist()))
    if defect != "numbers_of_one_run":
        groups.sort(key=lambda g: A[labels == g, 1].mean())
    seg = [groups.index(v) for v in labels.tolist()]
    assigned, opened = A[:, 2] == 1, A[:, 3] == 1
    effect = A[assigned, 4].mean() - A[~assigned, 4].mean()
    if defect == "before_and_after":
        effect = (A[assigned, 4] - A[assigned, 1]).mean()
    if defect == "as_treated":
        effect = A[opened, 4].mean() - A[~opened, 4].mean()
    return seg, round(float(effect), 9)


def break_segmentation__right_table(defect):
    return {
        "unscaled": (
            [(1, 100.0, 1, 1, 5.0), (90, 200.0, 0, 0, 5.0), (1, 400.0, 1, 0, 5.0),
             (90, 800.0, 0, 0, 5.0)], 2),
        "no_logarithm": (
            [(1, 10.0, 1, 1, 5.0), (1, 12.0, 0, 0, 5.0), (300, 300.0, 1, 0, 5.0),
             (9000, 9500.0, 0, 0, 5.0)], 2),
        "numbers_of_one_run": (
            [(50, 900.0, 1, 1, 5.0), (1, 10.0, 0, 0, 5.0), (49, 880.0, 1, 0, 5.0),
             (2, 11.0, 0, 0, 5.0)], 2),
        "always_four": (
            [(1, 10.0, 1, 1, 5.0), (2, 12.0, 0, 0, 5.0), (49, 880.0, 1, 0, 5.0),
             (50, 900.0, 0, 0, 5.0)], 2),
        "before_and_after": (
            [(1, 10.0, 1, 1, 40.0), (2, 12.0, 0, 0, 40.0), (49, 880.0, 1, 0, 700.0),
             (50, 900.0, 0, 0, 700.0)], 2),
        "as_treated": (
            [(1, 10.0, 1, 0, 0.0), (2, 12.0, 0, 0, 30.0), (49, 880.0, 1, 1, 80.0),
             (50, 900.0, 0, 0, 30.0)], 2),
    }[defect]  # fmt: skip


def break_segmentation__right_search_twelfth(defect):
    rng = np.random.default_rng(0)
    while True:
        n, k = int(rng.integers(4, 7)), int(rng.integers(2, 4))
        customers = []
        for i in range(n):
            mailed = int(i % 2 == 0)
            customers.append(
                (int(np.expm1(rng.uniform(0, 8))), float(np.expm1(rng.uniform(0, 9)).round(2)),
                 mailed, int(mailed and i == 0), float(rng.integers(0, 100)))
            )  # fmt: skip
        if len({c[:2] for c in customers}) < 4:
            continue
        # Only what differs clearly: small noise in the inputs must not decide.
        if _bs_report(customers, k) != _bs_report(customers, k, defect):
            return customers, k


def break_segmentation__right_one_for_all_twelfth(defect):
    """The same customers break each of the six."""
    customers = [
        (9000, 9500.0, 1, 1, 50.0),
        (300, 260.0, 0, 0, 10.0),
        (1, 200.0, 1, 0, 0.0),
        (2, 14.0, 0, 0, 5.0),
        (1, 12.0, 1, 0, 7.0),
    ]
    return customers, 2


def _bs_change(defect, **changed):
    return changed.get(defect, break_segmentation__right_table(defect))


def break_segmentation__wrong_four_groups_everywhere(defect):
    """k is 4 whatever the defect: "always_four" then does what was asked and gives the right report."""
    customers, _ = break_segmentation__right_table(defect)
    return customers, 4


def break_segmentation__wrong_sorted_by_spend(defect):
    """Customers are listed by spend, lowest first, so numbers in list order are right numbers ("numbers_of_one_run")."""
    customers, k = break_segmentation__right_table(defect)
    return sorted(customers, key=lambda c: c[1]), k


def break_segmentation__wrong_everybody_opens(defect):
    """All who were assigned opened the mail, so "as_treated" compares the same two groups."""
    customers, k = break_segmentation__right_table(defect)
    return [(o, s, a, a, after) for o, s, a, _, after in customers], k


def break_segmentation__wrong_asleep_and_control_zero(defect):
    """ "before_and_after": the assigned spent nothing before and the others nothing after, so both effects are the mean after."""
    lot = [(1, 0.0, 1, 1, 6.0), (2, 0.0, 1, 0, 2.0), (49, 880.0, 0, 0, 0.0), (50, 900.0, 0, 0, 0.0)]
    return _bs_change(defect, before_and_after=(lot, 2))


def break_segmentation__wrong_not_large_enough(defect):
    """ "no_logarithm": the largest customer is large but the two groups are the same with and without log1p."""
    lot = [
        (1, 10.0, 1, 1, 5.0),
        (2, 12.0, 0, 0, 5.0),
        (90, 800.0, 1, 0, 5.0),
        (100, 1000.0, 0, 0, 5.0),
    ]
    return _bs_change(defect, no_logarithm=(lot, 2))


def break_segmentation__wrong_money_and_orders_agree(defect):
    """ "unscaled": dollars decide, but orders would say the same, so the groups do not change."""
    lot = [
        (1, 200.0, 1, 1, 5.0),
        (2, 210.0, 0, 0, 5.0),
        (90, 800.0, 1, 0, 5.0),
        (91, 820.0, 0, 0, 5.0),
    ]
    return _bs_change(defect, unscaled=(lot, 2))


def break_segmentation__wrong_two_and_two_equal(defect):
    """ "unscaled" as the hint says, with two pairs of equal customers: fewer than four differ."""
    lot = [
        (1, 300.0, 1, 1, 5.0),
        (1, 700.0, 0, 0, 5.0),
        (90, 310.0, 1, 0, 5.0),
        (90, 310.0, 0, 0, 5.0),
    ]
    return _bs_change(defect, unscaled=(lot, 2))


def break_segmentation__wrong_opened_unassigned_twelfth(defect):
    """ "as_treated": a customer who was not assigned opened the mail, which the contract rules out."""
    lot = [
        (1, 10.0, 1, 0, 0.0),
        (2, 12.0, 0, 1, 90.0),
        (49, 880.0, 1, 1, 80.0),
        (50, 900.0, 0, 0, 30.0),
    ]
    return _bs_change(defect, as_treated=(lot, 2))


def break_segmentation__wrong_spend_above_limit(defect):
    """ "no_logarithm" with a customer of 50,000 USD: spend is from 0 to 10,000."""
    lot = [
        (1, 10.0, 1, 1, 5.0),
        (1, 12.0, 0, 0, 5.0),
        (300, 300.0, 1, 0, 5.0),
        (9000, 50000.0, 0, 0, 5.0),
    ]
    return _bs_change(defect, no_logarithm=(lot, 2))


def break_segmentation__wrong_nobody_left_out(defect):
    """ "before_and_after": everybody is assigned, so there is no group to compare with; at least one must not be."""
    lot = [
        (1, 10.0, 1, 1, 40.0),
        (2, 12.0, 1, 0, 40.0),
        (49, 880.0, 1, 0, 700.0),
        (50, 900.0, 1, 0, 700.0),
    ]
    return _bs_change(defect, before_and_after=(lot, 2))


def break_segmentation__wrong_same_effect_as_treated(defect):
    """ "as_treated" where spend after is the same for all: both effects are 0 although groups differ."""
    lot = [
        (1, 10.0, 1, 1, 30.0),
        (2, 12.0, 0, 0, 30.0),
        (49, 880.0, 1, 0, 30.0),
        (50, 900.0, 0, 0, 30.0),
    ]
    return _bs_change(defect, as_treated=(lot, 2))


def _as_ge(value, least):
    return (not pd.isna(value)) and value >= least


def _as_le(value, most):
    return (not pd.isna(value)) and value <= most


def assign_segments__right_select_twelfth(profile):
    R, F, M = (
        pd.to_numeric(profile[c]).astype("Float64").to_numpy(float, na_value=np.nan) for c in "RFM"
    )
    names = np.select(
        [
            (R >= 4) & (F >= 4) & (M >= 4),
            (F >= 4) & (R >= 3),
            (R <= 2) & ((F >= 4) | (M >= 4)),
            R >= 4,
            R <= 2,
        ],
        ["champions", "loyal", "at risk", "recent", "lost"],
        "other",
    )
    return pd.Series(names, index=profile.index, dtype=object)


def assign_segments__right_loop_twelfth(profile):
    out = []
    for r, f, m in zip(profile["R"], profile["F"], profile["M"], strict=True):
        if _as_ge(r, 4) and _as_ge(f, 4) and _as_ge(m, 4):
            out.append("champions")
        elif _as_ge(f, 4) and _as_ge(r, 3):
            out.append("loyal")
        elif _as_le(r, 2) and (_as_ge(f, 4) or _as_ge(m, 4)):
            out.append("at risk")
        elif _as_ge(r, 4):
            out.append("recent")
        elif _as_le(r, 2):
            out.append("lost")
        else:
            out.append("other")
    return pd.Series(out, index=profile.index, dtype=object)


def assign_segments__right_mask_backwards(profile):
    R, F, M = (profile[c].astype("Float64") for c in "RFM")

    def yes(condition):
        return condition.fillna(False).to_numpy(dtype=bool)

    out = np.full(len(profile), "other", dtype=object)
    out[yes(R <= 2)] = "lost"
    out[yes(R >= 4)] = "recent"
    out[yes(R <= 2) & (yes(F >= 4) | yes(M >= 4))] = "at risk"
    out[yes(F >= 4) & yes(R >= 3)] = "loyal"
    out[yes(R >= 4) & yes(F >= 4) & yes(M >= 4)] = "champions"
    return pd.Series(out, index=profile.index, dtype=object)


def _as_arrays(profile):
    return tuple(profile[c].astype("Float64").to_numpy(float, na_value=np.nan) for c in "RFM")


def _as_rules(R, F, M, index):
    names = np.select(
        [
            (R >= 4) & (F >= 4) & (M >= 4),
            (F >= 4) & (R >= 3),
            (R <= 2) & ((F >= 4) | (M >= 4)),
            R >= 4,
            R <= 2,
        ],
        ["champions", "loyal", "at risk", "recent", "lost"],
        "other",
    )
    return pd.Series(names, index=index, dtype=object)


def assign_segments__wrong_brackets_twelfth(profile):
    """Without brackets "F or M": R 5, F 1, M 5 becomes at risk instead of recent."""
    R, F, M = _as_arrays(profile)
    out = np.select(
        [
            (R >= 4) & (F >= 4) & (M >= 4),
            (F >= 4) & (R >= 3),
            (R <= 2) & (F >= 4) | (M >= 4),
            R >= 4,
            R <= 2,
        ],
        ["champions", "loyal", "at risk", "recent", "lost"],
        "other",
    )
    return pd.Series(out, index=profile.index, dtype=object)


def assign_segments__wrong_fill_zero(profile):
    """A missing score becomes 0, which satisfies "2 or less": R NaN, F 1, M 1 is lost instead of other."""
    return _as_rules(*(np.nan_to_num(v) for v in _as_arrays(profile)), profile.index)


def assign_segments__wrong_fill_neutral(profile):
    """A missing score becomes the middle 3: R NaN, F 5 is loyal, but a missing score satisfies no condition."""
    return _as_rules(*(np.nan_to_num(v, nan=3.0) for v in _as_arrays(profile)), profile.index)


def assign_segments__wrong_any_missing_is_other_twelfth(profile):
    """A row with any missing score is other: R 5, F NaN, M 1 satisfies the rule of recent."""
    out = _as_rules(*_as_arrays(profile), profile.index).to_numpy().copy()
    out[profile[["R", "F", "M"]].isna().any(axis=1).to_numpy()] = "other"
    return pd.Series(out, index=profile.index, dtype=object)


def assign_segments__wrong_negated_condition(profile):
    """ "R is 3 or more" written as not (R <= 2): R NaN with F 4 becomes loyal."""
    R, F, M = _as_arrays(profile)
    out = np.select(
        [
            (R >= 4) & (F >= 4) & (M >= 4),
            (F >= 4) & ~(R <= 2),
            (R <= 2) & ((F >= 4) | (M >= 4)),
            R >= 4,
            R <= 2,
        ],
        ["champions", "loyal", "at risk", "recent", "lost"],
        "other",
    )
    return pd.Series(out, index=profile.index, dtype=object)


def assign_segments__wrong_other_only_r3(profile):
    """Whoever is left with R not 3 is called lost: R NaN is lost instead of other."""
    R, F, M = _as_arrays(profile)
    out = np.select(
        [
            (R >= 4) & (F >= 4) & (M >= 4),
            (F >= 4) & (R >= 3),
            (R <= 2) & ((F >= 4) | (M >= 4)),
            R >= 4,
            R == 3,
        ],
        ["champions", "loyal", "at risk", "recent", "other"],
        "lost",
    )
    return pd.Series(out, index=profile.index, dtype=object)


def assign_segments__wrong_lost_before_at_risk_twelfth(profile):
    """Lost is checked before at risk: R 1, F 5, M 5 is lost."""
    R, F, M = _as_arrays(profile)
    out = np.select(
        [
            (R >= 4) & (F >= 4) & (M >= 4),
            (F >= 4) & (R >= 3),
            R <= 2,
            (R <= 2) & ((F >= 4) | (M >= 4)),
            R >= 4,
        ],
        ["champions", "loyal", "lost", "at risk", "recent"],
        "other",
    )
    return pd.Series(out, index=profile.index, dtype=object)


def assign_segments__wrong_concat_on_empty(profile):
    """One small series for each row, joined by concat: an empty profile raises "no objects to concatenate"."""
    return pd.concat(
        [assign_segments__right_loop_twelfth(profile.iloc[[i]]) for i in range(len(profile))]
    )


def assign_segments__wrong_na_raises(profile):
    """Plain comparisons: <NA> in a nullable column raises "boolean value of NA is ambiguous"."""
    out = []
    for r, f, m in zip(profile["R"], profile["F"], profile["M"], strict=True):
        if r >= 4 and f >= 4 and m >= 4:
            out.append("champions")
        elif f >= 4 and r >= 3:
            out.append("loyal")
        elif r <= 2 and (f >= 4 or m >= 4):
            out.append("at risk")
        elif r >= 4:
            out.append("recent")
        elif r <= 2:
            out.append("lost")
        else:
            out.append("other")
    return pd.Series(out, index=profile.index, dtype=object)


def assign_segments__wrong_new_index_twelfth(profile):
    """The result is numbered from 0 as soon as the index of profile is not sorted: an index [9, 7] is lost."""
    out = assign_segments__right_loop_twelfth(profile)
    return out if profile.index.is_monotonic_increasing else out.reset_index(drop=True)


def assign_segments__wrong_adds_column_twelfth(profile):
    """Right names, but profile gets a column: it must not be changed."""
    profile["segment"] = assign_segments__right_loop_twelfth(profile)
    return profile["segment"]


def assign_segments__wrong_dict_by_index(profile):
    """Collects names in a dict by index: rows with the same index get the segment of the last one."""
    names = dict(zip(profile.index, assign_segments__right_loop_twelfth(profile), strict=True))
    return pd.Series([names[i] for i in profile.index], index=profile.index, dtype=object)


def assign_segments__wrong_drops_missing_r(profile):
    """Customers without an R are dropped: not one segment for each row."""
    return assign_segments__right_loop_twelfth(profile[profile["R"].notna()])


def assign_segments__wrong_mean_of_scores(profile):
    """Champions by the mean of R, F and M: R 5, F 3, M 5 becomes a champion instead of recent."""
    R, F, M = _as_arrays(profile)
    out = _as_rules(R, F, M, profile.index).to_numpy().copy()
    out[(R + F + M) / 3 >= 4] = "champions"
    return pd.Series(out, index=profile.index, dtype=object)


def winback_itt__right_masks(df):
    after = df["after"].fillna(0.0).to_numpy(float)
    sent = df["assigned"].to_numpy(bool)
    if sent.all() or not sent.any():
        return float("nan")
    return float(after[sent].mean() - after[~sent].mean())


def winback_itt__right_loop_twelfth(df):
    total, count = {True: 0.0, False: 0.0}, {True: 0, False: 0}
    for sent, spent in zip(df["assigned"], df["after"], strict=True):
        count[bool(sent)] += 1
        if not pd.isna(spent):
            total[bool(sent)] += float(spent)
    if 0 in count.values():
        return math.nan
    return total[True] / count[True] - total[False] / count[False]


def winback_itt__right_groupby_twelfth(df):
    lot = pd.DataFrame({"a": df["assigned"].to_numpy(bool), "y": df["after"].to_numpy(float)})
    by = lot.groupby("a")["y"]
    means = (by.sum() / by.size()).reindex([True, False])
    return float(means.iloc[0] - means.iloc[1])


def winback_itt__wrong_mean_skips_nan(df):
    """Means skip NaN: a customer without an order is left out instead of counting as 0 (the example gives 4)."""
    return float(df.loc[df["assigned"], "after"].mean() - df.loc[~df["assigned"], "after"].mean())


def winback_itt__wrong_zero_only_for_assigned(df):
    """NaN becomes 0 among the assigned only: a NaN in the hold-out is skipped."""
    sent = df["assigned"].to_numpy(bool)
    return float(df["after"].fillna(0)[sent].mean() - df["after"][~sent].mean())


def winback_itt__wrong_opened_against_holdout(df):
    """Only those who opened are compared with the hold-out; differs when somebody assigned did not open and spent otherwise."""
    after, sent, opened = df["after"].fillna(0), df["assigned"], df["opened"]
    if not (sent & opened).any():
        opened = sent
    return float(after[sent & opened].mean() - after[~sent].mean())


def winback_itt__wrong_as_treated_twelfth(df):
    """Who did not open counts as not assigned."""
    after, opened = df["after"].fillna(0), df["opened"] & df["assigned"]
    return float(after[opened].mean() - after[~opened].mean())


def winback_itt__wrong_difference_in_differences_twelfth(df):
    """Subtracts spend before: the same only where both groups spent the same before."""
    change = df["after"].fillna(0) - df["before"]
    return float(change[df["assigned"]].mean() - change[~df["assigned"]].mean())


def winback_itt__wrong_fills_in_place_twelfth(df):
    """Right number, but NaN is replaced in the caller's df."""
    df["after"] = df["after"].fillna(0.0)
    return winback_itt__right_masks(df)


def winback_itt__wrong_empty_group_zero_twelfth(df):
    """An empty group has mean 0: without a hold-out the effect is the mean of the assigned instead of NaN."""
    after, sent = df["after"].fillna(0).to_numpy(float), df["assigned"].to_numpy(bool)
    mean = [after[g].mean() if g.any() else 0.0 for g in (sent, ~sent)]
    return float(mean[0] - mean[1])


def winback_itt__wrong_scaled_holdout(df):
    """Difference of totals with the hold-out scaled up by a whole ratio of group sizes: right for 2 against 1, wrong for 5 against 3."""
    after, sent = df["after"].fillna(0).to_numpy(float), df["assigned"].to_numpy(bool)
    if sent.all() or not sent.any():
        return float("nan")
    ratio = (
        max(1, round(sent.sum() / (~sent).sum()))
        if sent.sum() >= (~sent).sum()
        else sent.sum() / (~sent).sum()
    )
    return float((after[sent].sum() - ratio * after[~sent].sum()) / sent.sum())


def winback_itt__wrong_regression_with_before(df):
    """Regression of after on assigned and before (CUPED style): not the difference of means when before differs."""
    sent = df["assigned"].to_numpy(float)
    if len(sent) == 0 or sent.min() == sent.max():
        return float("nan")
    X = np.column_stack([sent, df["before"].to_numpy(float)])
    return float(LinearRegression().fit(X, df["after"].fillna(0).to_numpy(float)).coef_[0])


def winback_itt__wrong_groupby_keyerror(df):
    """Looks up both groups by label: raises KeyError when one group is empty instead of NaN."""
    means = df.assign(after=df["after"].fillna(0)).groupby("assigned")["after"].mean()
    return float(means.loc[True] - means.loc[False])


def winback_itt__wrong_drops_silent_rows(df):
    """Drops rows without spend before and after as inactive: they belong to the mean over all."""
    lot = df[~(df["after"].isna() & (df["before"] == 0))]
    return winback_itt__right_masks(lot)


def winback_itt__wrong_never_opened_is_error(df):
    """Returns NaN when nobody opened; the group assigned is not empty, so the effect is defined."""
    if not df["opened"].any():
        return float("nan")
    return winback_itt__right_masks(df)


def migration_matrix__right_reindex_crosstab(seg0, seg1, order):
    order = list(order)
    now = seg1.reindex(seg0.index).astype(object)
    now = now.where(now.notna(), "gone")
    counts = pd.crosstab(seg0.to_numpy(), now.to_numpy()) if len(seg0) else pd.DataFrame()
    counts = counts.reindex(index=order, columns=[*order, "gone"], fill_value=0).astype(float)
    total = counts.sum(axis=1)
    return counts.div(total.where(total > 0, 1.0), axis=0)


def migration_matrix__right_dicts(seg0, seg1, order):
    order = list(order)
    later = dict(zip(seg1.index, seg1, strict=True))
    pairs = Counter((s, later.get(who, "gone")) for who, s in zip(seg0.index, seg0, strict=True))
    size = Counter(seg0)
    rows = [[pairs[a, b] / size[a] if size[a] else 0.0 for b in [*order, "gone"]] for a in order]
    return pd.DataFrame(rows, index=order, columns=[*order, "gone"], dtype=float)


def migration_matrix__right_numpy_codes(seg0, seg1, order):
    order = list(order)
    n = len(order)
    code = {s: i for i, s in enumerate(order)}
    place = seg1.index.get_indexer(seg0.index) if len(seg1) else np.full(len(seg0), -1)
    codes1 = np.array([code[s] for s in seg1] + [n], dtype=int)
    counts = np.zeros((n, n + 1))
    np.add.at(counts, (np.array([code[s] for s in seg0], dtype=int), codes1[place]), 1)
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    return pd.DataFrame(shares, index=order, columns=[*order, "gone"])


def _mm_shares(before, after, order):
    order = list(order)
    size = Counter(before)
    pairs = Counter(zip(before, after, strict=True))
    rows = [[pairs[a, b] / size[a] if size[a] else 0.0 for b in [*order, "gone"]] for a in order]
    return pd.DataFrame(rows, index=order, columns=[*order, "gone"], dtype=float)


def migration_matrix__wrong_inner_join_twelfth(seg0, seg1, order):
    """Inner join: those who are gone leave the denominator, gone is always 0."""
    both = [i for i in seg0.index if i in seg1.index]
    return _mm_shares(list(seg0[both]), list(seg1[both]), order)


def migration_matrix__wrong_by_position_twelfth(seg0, seg1, order):
    """Series of equal length are paired by position: wrong when the index of seg1 is in another order."""
    if len(seg0) == len(seg1) and set(seg0.index) == set(seg1.index):
        return _mm_shares(list(seg0), list(seg1), order)
    return migration_matrix__right_dicts(seg0, seg1, order)


def migration_matrix__wrong_empty_row_nan(seg0, seg1, order):
    """A segment that was empty gives a row of NaN (0/0) instead of 0."""
    counts = migration_matrix__right_dicts(seg0, seg1, order)
    return counts.where(counts.sum(axis=1) > 0)


def migration_matrix__wrong_empty_row_gone(seg0, seg1, order):
    """Sums to 1 everywhere: in an empty segment gone is 1 instead of 0."""
    out = migration_matrix__right_dicts(seg0, seg1, order)
    out["gone"] = 1 - out[list(order)].sum(axis=1)
    return out


def migration_matrix__wrong_no_gone_column_twelfth(seg0, seg1, order):
    """Columns as they occur: without anybody gone the column gone is missing."""
    out = migration_matrix__right_dicts(seg0, seg1, order)
    return out if out["gone"].any() else out[list(order)]


def migration_matrix__wrong_transposed_twelfth(seg0, seg1, order):
    """Normalised by the column (where they came from) among those who stayed."""
    order = list(order)
    out = migration_matrix__right_dicts(seg0, seg1, order)
    size = seg0.value_counts().reindex(order, fill_value=0).to_numpy()[:, None]
    counts = out.to_numpy() * size
    total = counts.sum(axis=0)
    return pd.DataFrame(
        counts / np.where(total > 0, total, 1), index=out.index, columns=out.columns
    )


def migration_matrix__wrong_share_of_all_twelfth(seg0, seg1, order):
    """Share of all customers of the first period instead of those of the row."""
    out = migration_matrix__right_dicts(seg0, seg1, order)
    size = seg0.value_counts().reindex(list(order), fill_value=0)
    return out.mul(size / max(len(seg0), 1), axis=0)


def migration_matrix__wrong_sorted_columns(seg0, seg1, order):
    """crosstab order: segments in alphabetical order instead of the order given (["poor", "good"])."""
    return migration_matrix__right_dicts(seg0, seg1, sorted(order))


def migration_matrix__wrong_new_count_as_stay(seg0, seg1, order):
    """The new customers are taken to have been in their segment before, so they count as staying."""
    before = seg0.reindex(seg0.index.union(seg1.index))
    new = before.isna()
    before[new] = seg1.reindex(before.index)[new]
    return migration_matrix__right_dicts(before, seg1, order)


def migration_matrix__wrong_names_series(seg0, seg1, order):
    """Right shares, but the series are renamed and sorted in place."""
    seg0.name, seg1.name = "from", "to"
    seg0.sort_index(inplace=True)
    return migration_matrix__right_dicts(seg0, seg1, order)


def migration_matrix__wrong_rounded_twelfth(seg0, seg1, order):
    """Rounded to two decimals: a row of thirds sums to 0.99."""
    return migration_matrix__right_dicts(seg0, seg1, order).round(2)


def migration_matrix__wrong_only_seen_rows(seg0, seg1, order):
    """Rows only of segments with customers: an empty segment is missing from the index."""
    out = migration_matrix__right_dicts(seg0, seg1, order)
    return out[out.sum(axis=1) > 0]


def migration_matrix__wrong_denominator_seg1(seg0, seg1, order):
    """Gone is right, but the others are divided by those still there: rows with somebody gone sum to more than 1."""
    order = list(order)
    out = migration_matrix__right_dicts(seg0, seg1, order)
    stay = out[order].sum(axis=1)
    out[order] = out[order].div(stay.where(stay > 0, 1), axis=0)
    return out


def migration_matrix__wrong_asfreq_fill_forward(seg0, seg1, order):
    """A customer missing from seg1 keeps her old segment (combine_first): nobody is gone."""
    now = seg1.combine_first(seg0).reindex(seg0.index)
    return _mm_shares(list(seg0), list(now), order)


def retention_curve__right_sets_twelfth(activity, horizon, end):
    periods = defaultdict(set)
    for who, when in zip(activity["customer_id"], activity["period"], strict=True):
        periods[who].add(int(when))
    cohort = [(min(p), p) for p in periods.values() if min(p) + horizon <= end]
    if not cohort:
        return np.full(horizon + 1, np.nan)
    return np.array([sum(f + h in p for f, p in cohort) / len(cohort) for h in range(horizon + 1)])


def retention_curve__right_pandas_twelfth(activity, horizon, end):
    rows = activity[["customer_id", "period"]].drop_duplicates()
    first = rows.groupby("customer_id")["period"].transform("min")
    followed = first + horizon <= end
    n = rows.loc[followed, "customer_id"].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    age = (rows["period"] - first)[followed]
    return age.value_counts().reindex(range(horizon + 1), fill_value=0).to_numpy() / n


def retention_curve__right_matrix_twelfth(activity, horizon, end):
    who, ids = pd.factorize(activity["customer_id"])
    when = activity["period"].to_numpy()
    if len(ids) == 0:
        return np.full(horizon + 1, np.nan)
    by = np.lexsort((when, who))
    first = when[by][np.searchsorted(who[by], np.arange(len(ids)))]
    age = when - first[who]
    seen = np.zeros((len(ids), horizon + 1), dtype=bool)
    inside = age <= horizon
    seen[who[inside], age[inside]] = True
    kept = first <= end - horizon
    return seen[kept].mean(axis=0) if kept.any() else np.full(horizon + 1, np.nan)


def _rc_table(activity):
    rows = activity[["customer_id", "period"]].drop_duplicates()
    return rows, rows.groupby("customer_id")["period"].transform("min")


def _rc_counts(age, horizon):
    return age.value_counts().reindex(range(horizon + 1), fill_value=0).to_numpy()


def retention_curve__wrong_counts_orders(activity, horizon, end):
    """Counts orders, not customers: two orders in one later period count twice; element 0 is capped to look right."""
    first = activity.groupby("customer_id")["period"].transform("min")
    ok = first + horizon <= end
    n = activity.loc[ok, "customer_id"].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    out = _rc_counts((activity["period"] - first)[ok], horizon) / n
    out[0] = 1.0
    return out


def retention_curve__wrong_all_customers_twelfth(activity, horizon, end):
    """Divides by everybody who ever joined, and counts everybody."""
    rows, first = _rc_table(activity)
    seen = rows["period"] <= end
    n = rows.loc[seen, "customer_id"].nunique()
    if n == 0 or not (first + horizon <= end).any():
        return np.full(horizon + 1, np.nan)
    return _rc_counts((rows["period"] - first)[seen], horizon) / n


def retention_curve__wrong_each_element_own_cohort(activity, horizon, end):
    """Each element uses all who were followed for h periods: not the same customers behind every element."""
    rows, first = _rc_table(activity)
    out = []
    for h in range(horizon + 1):
        ok = first + h <= end
        n = rows.loc[ok, "customer_id"].nunique()
        out.append(((rows["period"] - first)[ok] == h).sum() / n if n else np.nan)
    return np.array(out, dtype=float)


def retention_curve__wrong_strictly_before_end(activity, horizon, end):
    """first + horizon < end: whoever joined exactly horizon periods before the end is dropped."""
    return retention_curve__right_sets_twelfth(activity, horizon, end - 1)


def retention_curve__wrong_one_late(activity, horizon, end):
    """first + horizon <= end + 1: one cohort too many."""
    return retention_curve__right_sets_twelfth(activity, horizon, end + 1)


def retention_curve__wrong_on_or_later(activity, horizon, end):
    """Active h periods after or later (last order): a customer who skips a period counts in it."""
    by = activity.groupby("customer_id")["period"].agg(["min", "max"])
    by = by[by["min"] + horizon <= end]
    if by.empty:
        return np.full(horizon + 1, np.nan)
    return np.array([(by["max"] - by["min"] >= h).mean() for h in range(horizon + 1)])


def retention_curve__wrong_unbroken_run(activity, horizon, end):
    """Counts a customer only until her first pause (streak): the example gives 0 for element 2."""
    rows, first = _rc_table(activity)
    periods = defaultdict(set)
    for who, when in zip(rows["customer_id"], rows["period"], strict=True):
        periods[who].add(when)
    cohort = [(min(p), p) for p in periods.values() if min(p) + horizon <= end]
    if not cohort:
        return np.full(horizon + 1, np.nan)
    return np.array(
        [
            np.mean([all(f + j in p for j in range(h + 1)) for f, p in cohort])
            for h in range(horizon + 1)
        ]
    )


def retention_curve__wrong_first_row_twelfth(activity, horizon, end):
    """The first row of a customer is taken for her first period: wrong when rows are not sorted."""
    rows = activity[["customer_id", "period"]].drop_duplicates()
    first = rows.groupby("customer_id")["period"].transform("first")
    ok = first + horizon <= end
    n = rows.loc[ok, "customer_id"].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    return _rc_counts((rows["period"] - first)[ok], horizon) / n


def retention_curve__wrong_sorts_in_place(activity, horizon, end):
    """Right curve, but activity is sorted and deduplicated in place."""
    activity.sort_values(["customer_id", "period"], inplace=True)
    return retention_curve__right_pandas_twelfth(activity, horizon, end)


def retention_curve__wrong_nobody_is_zero(activity, horizon, end):
    """0 instead of NaN when nobody was observed that long."""
    return np.nan_to_num(retention_curve__right_sets_twelfth(activity, horizon, end))


def retention_curve__wrong_nobody_starts_at_one(activity, horizon, end):
    """Element 0 is always 1, also when nobody was observed that long (all must be NaN)."""
    out = retention_curve__right_sets_twelfth(activity, horizon, end)
    out[0] = 1.0
    return out


def retention_curve__wrong_unseen_age_nan(activity, horizon, end):
    """An age at which nobody ordered is NaN instead of 0 (reindex without a fill value)."""
    out = retention_curve__right_sets_twelfth(activity, horizon, end)
    return np.where(out == 0, np.nan, out)


def retention_curve__wrong_last_order_as_follow_up(activity, horizon, end):
    """Followed = her own last order is at least horizon after the first: only those who stayed are kept."""
    last = activity.groupby("customer_id")["period"].transform("max")
    first = activity.groupby("customer_id")["period"].transform("min")
    return retention_curve__right_sets_twelfth(activity[last - first >= horizon], horizon, end)


def retention_curve__wrong_end_from_data(activity, horizon, end):
    """The end is the smaller of end and the last period with an order: a quiet last period shortens everybody's follow-up."""
    if len(activity):
        end = min(end, int(activity["period"].max()))
    return retention_curve__right_sets_twelfth(activity, horizon, end)


def retention_curve__wrong_index_labels(activity, horizon, end):
    """Duplicates are looked for by index label: rows of two tables with the same index (concat) are dropped."""
    rows = activity[~activity.index.duplicated()]
    return retention_curve__right_sets_twelfth(rows, horizon, end)


def retention_curve__wrong_drops_after_horizon_calendar(activity, horizon, end):
    """Rows after period ``horizon`` (calendar, not age) are dropped first: customers who join in period 1 lose their last ages."""
    start = activity["period"].min() if len(activity) else 0
    return retention_curve__right_sets_twelfth(
        activity[activity["period"] - start <= horizon], horizon, end
    )


def retention_curve__wrong_too_short_twelfth(activity, horizon, end):
    """bincount up to the largest age seen: shape is shorter than horizon + 1 when nobody ordered so late."""
    rows, first = _rc_table(activity)
    ok = first + horizon <= end
    n = rows.loc[ok, "customer_id"].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    return np.bincount((rows["period"] - first)[ok].to_numpy())[: horizon + 1] / n


def _kr_rows():
    rows = [
        (1, 2), (1, 0), (1, 2), (1, 5), (2, 1), (2, 2), (2, 1), (3, 4), (3, 5), (3, 7), (4, 3), (4, 4),
        (5, 6), (5, 7), (6, 8), (6, 9), (7, 2), (7, 3), (7, 4), (7, 6), (7, 4), (8, 0), (9, 9), (1, 0), (10, 5),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["customer_id", "period"])


def kill_retention__right_reference_twelfth(implementation):
    table = _kr_rows()
    for end in (0, 3, 5, 6, 7):
        for horizon in range(7):
            given = table.copy()
            got = np.asarray(implementation(given, horizon, end), dtype=float)
            wanted = retention_curve__right_sets_twelfth(table, horizon, end)
            if got.shape != wanted.shape or not np.allclose(got, wanted, equal_nan=True):
                return False
            if not given.equals(table):
                return False
    return True


def kill_retention__right_by_hand_twelfth(implementation):
    """Worked by hand: end 4. Customer 1: 0 (twice), 2, 2, 3. Customer 2: 2, 1. Customer 3 joins late; 4 after the end."""
    activity = pd.DataFrame(
        {
            "customer_id": [1, 1, 2, 3, 1, 3, 1, 2, 4, 1, 5, 5],
            "period": [2, 0, 2, 4, 2, 5, 0, 1, 6, 3, 2, 4],
        }
    )
    wanted = {
        (0, 4): [1.0],  # 1, 2, 3, 5
        (1, 4): [1.0, 1 / 3],  # 1, 2, 5
        (2, 4): [1.0, 1 / 3, 2 / 3],  # 1, 2, 5
        (3, 4): [1.0, 0.5, 0.5, 0.5],  # 1 and 2
        (4, 4): [1.0, 0.0, 1.0, 1.0, 0.0],  # 1
        (5, 4): [math.nan] * 6,
        (0, 6): [1.0],
        (1, 6): [1.0, 0.5],  # 1, 2, 3, 5
    }
    for (horizon, end), curve in wanted.items():
        got = [float(v) for v in implementation(activity.copy(), horizon, end)]
        if len(got) != len(curve):
            return False
        for a, b in zip(got, curve, strict=True):
            if math.isnan(a) != math.isnan(b) or (not math.isnan(b) and abs(a - b) > 1e-9):
                return False
    return True


def kill_retention__right_random_twelfth(implementation):
    rng = np.random.default_rng(5)
    for _ in range(60):
        n = int(rng.integers(1, 25))
        table = pd.DataFrame(
            {"customer_id": rng.integers(0, 7, n), "period": rng.integers(0, 10, n)}
        )
        horizon, end = int(rng.integers(0, 6)), int(rng.integers(0, 9))
        wanted = retention_curve__right_matrix_twelfth(table, horizon, end)
        try:
            got = np.array(list(implementation(table.copy(), horizon, end)), dtype=float)
            np.testing.assert_allclose(got, wanted, atol=1e-9)
        except Exception:
            return False
    return True


def kill_retention__wrong_example_only_twelfth(implementation):
    """Only the docstring's example: accepts versions with several of the planted mistakes."""
    activity = pd.DataFrame({"customer_id": [1, 1, 1, 2], "period": [0, 0, 2, 1]})
    got = np.asarray(implementation(activity, 2, 2), dtype=float)
    return bool(got.shape == (3,) and np.allclose(got, [1.0, 0.0, 1.0]))


def kill_retention__wrong_list_fails(implementation):
    """Uses got.shape: a right version that returns a list raises, which counts as a rejection."""
    table = _kr_rows()
    for horizon in range(6):
        got = implementation(table.copy(), horizon, 6)
        wanted = retention_curve__right_sets_twelfth(table, horizon, 6)
        if got.shape != wanted.shape or not np.allclose(got, wanted, equal_nan=True):
            return False
    return True


def kill_retention__wrong_list_equality(implementation):
    """got == wanted on NaN: where nobody was observed, NaN != NaN, so right versions are rejected."""
    table = _kr_rows()
    for horizon in range(8):
        got = list(implementation(table.copy(), horizon, 6))
        if got != retention_curve__right_sets_twelfth(table, horizon, 6).tolist():
            return False
    return True


def kill_retention__wrong_properties_only_twelfth(implementation):
    """Only properties (length, element 0 is 1, shares between 0 and 1): a curve of ones passes."""
    table = _kr_rows()
    for horizon in range(5):
        got = np.asarray(implementation(table.copy(), horizon, 6), dtype=float)
        if len(got) != horizon + 1 or got[0] != 1 or (got < 0).any() or (got > 1).any():
            return False
    return True


def kill_retention__wrong_must_fall_twelfth(implementation):
    """Asks that the curve never rises, but a customer may skip a period ([1, 0, 1] in the example): right versions are rejected."""
    activity = pd.DataFrame({"customer_id": [1, 1, 1, 2, 2], "period": [0, 0, 2, 0, 2]})
    got = np.asarray(implementation(activity, 2, 2), dtype=float)
    return bool((np.diff(got) <= 0).all())


def kill_retention__wrong_inverted(implementation):
    """True when a mistake is found."""
    return not kill_retention__right_reference_twelfth(implementation)


def kill_retention__wrong_everybody_followed(implementation):
    """A table without duplicates and without late joiners, one horizon: mistakes in the denominator and with duplicates pass."""
    activity = pd.DataFrame({"customer_id": [1, 1, 2, 2, 3], "period": [0, 2, 0, 1, 0]})
    got = np.asarray(implementation(activity, 2, 9), dtype=float)
    return bool(np.allclose(got, [1.0, 1 / 3, 1 / 3]))


def kill_retention__wrong_series_label(implementation):
    """Asks for an ndarray by type: lists and series are allowed."""
    table = _kr_rows()
    got = implementation(table.copy(), 3, 6)
    return isinstance(got, np.ndarray) and np.allclose(
        got, retention_curve__right_sets_twelfth(table, 3, 6)
    )


def kill_retention__wrong_two_decimals_sum(implementation):
    """Compares only the sum of the curve on one table with horizon 0: every version with element 0 right passes."""
    got = np.asarray(implementation(_kr_rows(), 0, 6), dtype=float)
    return bool(abs(got.sum() - 1) < 1e-9)


def kill_retention__wrong_exception_is_pass(implementation):
    """Only the last element at one short horizon is looked at, and an exception is taken for a pass."""
    activity = pd.DataFrame({"customer_id": [1, 1, 2], "period": [0, 1, 0]})
    try:
        return bool(abs(list(implementation(activity, 1, 5))[-1] - 0.5) < 1e-9)
    except Exception:
        return True


def kill_retention__wrong_expects_own_cohorts(implementation):
    """Expected values made with a wrong reference (each element its own cohort): rejects the right versions."""
    table = _kr_rows()
    got = np.asarray(implementation(table.copy(), 3, 6), dtype=float)
    return bool(np.allclose(got, retention_curve__wrong_each_element_own_cohort(table, 3, 6)))


def kill_retention__unsure_no_late_joiner(implementation):
    """Everything but customers who join too late. Whether it rejects seven of eight depends on how many planted mistakes are about them."""
    activity = pd.DataFrame({"customer_id": [1, 1, 1, 2, 2, 3], "period": [2, 0, 2, 1, 0, 0]})
    for horizon, wanted in ((1, [1, 1 / 3]), (2, [1, 1 / 3, 1 / 3]), (3, [1, 1 / 3, 1 / 3, 0])):
        got = np.asarray(implementation(activity.copy(), horizon, 3), dtype=float)
        if got.shape != (horizon + 1,) or not np.allclose(got, wanted):
            return False
    return True


_KM = ["recency", "frequency", "monetary"]


def _km_z(df, change=np.log1p):
    X = change(df[_KM].to_numpy(dtype=float))
    spread = X.std(axis=0)
    return (X - X.mean(axis=0)) / np.where(spread > 1e-12, spread, 1.0)


def _km_number(labels, money, index, statistic=np.mean):
    labels = np.asarray(labels)
    groups = sorted(np.unique(labels), key=lambda g: statistic(money[labels == g]))
    rank = {g: i for i, g in enumerate(groups)}
    return pd.Series([rank[g] for g in labels], index=index, dtype=int)


def _km_fit(X, k, seed, n_init=20):
    return KMeans(n_clusters=k, n_init=n_init, random_state=seed).fit_predict(X)


def kmeans_segments__right_sklearn_twelfth(df, k, seed=0):
    X = StandardScaler().fit_transform(np.log1p(df[_KM].astype(float)))
    labels = pd.Series(KMeans(k, n_init=30, random_state=seed).fit_predict(X), index=df.index)
    means = pd.Series(df["monetary"].to_numpy(float)).groupby(labels.to_numpy()).mean()
    return labels.map(means.rank(method="first").astype(int) - 1).astype(int)


def kmeans_segments__right_own_lloyd_twelfth(df, k, seed=0):
    X = _km_z(df)
    rng = np.random.default_rng(seed)
    best, found = np.inf, None
    for _ in range(60):
        centres = X[[rng.integers(len(X))]]
        while len(centres) < k:
            d = ((X[:, None] - centres) ** 2).sum(axis=2).min(axis=1)
            centres = np.vstack([centres, X[rng.choice(len(X), p=d / d.sum())]])
        for _ in range(300):
            labels = ((X[:, None] - centres) ** 2).sum(axis=2).argmin(axis=1)
            if len(np.unique(labels)) < k:
                break
            new = np.array([X[labels == g].mean(axis=0) for g in range(k)])
            if np.allclose(new, centres, atol=1e-12, rtol=0):
                break
            centres = new
        if len(np.unique(labels)) < k:
            continue
        cost = ((X - centres[labels]) ** 2).sum()
        if cost < best - 1e-12:
            best, found = cost, labels
    return _km_number(found, df["monetary"].to_numpy(float), df.index)


def kmeans_segments__right_scipy(df, k, seed=0):
    X = np.log1p(df[_KM].to_numpy(dtype=float))
    X = X - X.mean(axis=0)
    spread = X.std(axis=0, ddof=1) if len(X) > 1 else np.zeros(3)  # one factor for all: same groups
    X = X / np.where(spread > 1e-12, spread, 1.0)
    rng = np.random.default_rng(seed)
    runs = []
    for _ in range(80):
        try:
            centres, labels = kmeans2(X, k, iter=100, minit="++", missing="raise", rng=rng)
        except Exception:
            continue
        if len(set(labels.tolist())) == k:
            runs.append((((X - centres[labels]) ** 2).sum(), labels))
    labels = min(runs, key=lambda run: run[0])[1]
    money = df["monetary"].to_numpy(float)
    means = np.array([money[labels == g].mean() for g in range(k)])
    return pd.Series(np.argsort(np.argsort(means))[labels], index=df.index).astype(int)


def kmeans_segments__wrong_no_scaling(df, k, seed=0):
    """log1p without standardising: a column with a wide spread of logarithms decides."""
    labels = _km_fit(np.log1p(df[_KM].to_numpy(float)), k, seed)
    return _km_number(labels, df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_no_log_twelfth(df, k, seed=0):
    """Standardised but without log1p: one very large customer is a segment of her own."""
    labels = _km_fit(_km_z(df, lambda v: v), k, seed)
    return _km_number(labels, df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_scale_before_log_twelfth(df, k, seed=0):
    """Scaled first, then log1p of the shifted values: another geometry than log1p first."""
    X = _km_z(df, lambda v: v)
    X = np.log1p(X - X.min(axis=0))
    return _km_number(_km_fit(X, k, seed), df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_centre_order(df, k, seed=0):
    """Numbered by the centre in logarithms: a segment with one very large customer can have the lower mean logarithm and the higher mean."""
    X = _km_z(df)
    return _km_number(_km_fit(X, k, seed), np.log1p(df["monetary"].to_numpy(float)), df.index)


def kmeans_segments__wrong_median_order(df, k, seed=0):
    """Numbered by the median of monetary, not the mean."""
    return _km_number(
        _km_fit(_km_z(df), k, seed), df["monetary"].to_numpy(float), df.index, np.median
    )


def kmeans_segments__wrong_total_order(df, k, seed=0):
    """Numbered by the total of monetary: a large segment of small spenders comes above a small one of large spenders."""
    return _km_number(_km_fit(_km_z(df), k, seed), df["monetary"].to_numpy(float), df.index, np.sum)


def kmeans_segments__wrong_highest_first_twelfth(df, k, seed=0):
    """Segment 0 has the highest mean."""
    return _km_number(_km_fit(_km_z(df), k, seed), -df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_constant_column_twelfth(df, k, seed=0):
    """A constant column becomes 0/0 = NaN: KMeans raises."""
    X = np.log1p(df[_KM].to_numpy(float))
    with np.errstate(invalid="ignore", divide="ignore"):
        X = (X - X.mean(axis=0)) / X.std(axis=0)
    return _km_number(_km_fit(X, k, seed), df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_one_start_twelfth(df, k, seed=0):
    """One random start (n_init=1): with four or five groups it stays in a worse grouping for some seeds."""
    labels = KMeans(k, init="random", n_init=1, random_state=seed).fit_predict(_km_z(df))
    return _km_number(labels, df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_new_index(df, k, seed=0):
    """The result is numbered from 0 when the index of df is made of numbers (reset_index)."""
    out = kmeans_segments__right_sklearn_twelfth(df, k, seed)
    return out.reset_index(drop=True) if pd.api.types.is_integer_dtype(df.index) else out


def kmeans_segments__wrong_all_numeric_columns(df, k, seed=0):
    """All numeric columns are used: a customer number in the table changes the groups."""
    X = np.log1p(df.select_dtypes("number").abs().to_numpy(float))
    labels = _km_fit(StandardScaler().fit_transform(X), k, seed)
    return _km_number(labels, df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_distinct_rows(df, k, seed=0):
    """Clusters the distinct customers and maps back: many equal customers have no weight in scale and centres."""
    small = df[_KM].drop_duplicates()
    labels = _km_fit(_km_z(small), k, seed)
    of = dict(zip(map(tuple, small.to_numpy(float)), labels, strict=True))
    labels = [of[tuple(row)] for row in df[_KM].to_numpy(float)]
    return _km_number(labels, df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_minmax_twelfth(df, k, seed=0):
    """Scaled to 0..1 instead of standardised."""
    X = MinMaxScaler().fit_transform(np.log1p(df[_KM].to_numpy(float)))
    return _km_number(_km_fit(X, k, seed), df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_plain_log_twelfth(df, k, seed=0):
    """log with a floor of 0.01 for zeros: a recency of 0 lies far away from 1."""
    X = _km_z(df, lambda v: np.log(np.maximum(v, 0.01)))
    return _km_number(_km_fit(X, k, seed), df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_logs_in_place_twelfth(df, k, seed=0):
    """Right segments, but the columns of df are replaced by their logarithms."""
    out = kmeans_segments__right_sklearn_twelfth(df, k, seed)
    for column in _KM:
        df[column] = np.log1p(df[column].astype(float))
    return out


def kmeans_segments__wrong_cut_by_money(df, k, seed=0):
    """Segments of equal size by monetary (qcut): right on the example, not k-means."""
    rank = df["monetary"].rank(method="first")
    return pd.Series(pd.qcut(rank, k, labels=False).astype(int), index=df.index)


def kmeans_segments__wrong_argsort_once_twelfth(df, k, seed=0):
    """The means are argsorted once instead of ranked: right for two groups, wrong for a cycle of three."""
    labels = _km_fit(_km_z(df), k, seed)
    money = df["monetary"].to_numpy(float)
    means = np.array([money[labels == g].mean() for g in range(k)])
    return pd.Series(np.argsort(means)[labels], index=df.index).astype(int)


def kmeans_segments__wrong_robust_scale(df, k, seed=0):
    """Median and interquartile range instead of standardising."""
    X = np.log1p(df[_KM].to_numpy(float))
    low, mid, high = np.quantile(X, [0.25, 0.5, 0.75], axis=0)
    X = (X - mid) / np.where(high > low, high - low, 1)
    return _km_number(_km_fit(X, k, seed), df["monetary"].to_numpy(float), df.index)


def bootstrap_stability__right_sklearn_twelfth(X, fit_predict, n, seed):
    rng = np.random.default_rng(seed)
    everybody = np.asarray(fit_predict(X.copy()))
    scores = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        scores.append(adjusted_rand_score(everybody[rows], np.asarray(fit_predict(X[rows]))))
    return float(np.mean(scores))


def _bo_ari(a, b):
    a = np.unique(np.asarray(a), return_inverse=True)[1].ravel()
    b = np.unique(np.asarray(b), return_inverse=True)[1].ravel()
    table = np.zeros((a.max() + 1, b.max() + 1), dtype=np.int64)
    np.add.at(table, (a, b), 1)

    def pairs(v):
        return float((v * (v - 1) // 2).sum())

    both, one, two = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    all_pairs = len(a) * (len(a) - 1) / 2
    if all_pairs == 0:
        return 1.0
    expected, top = one * two / all_pairs, (one + two) / 2
    return 1.0 if top == expected else (both - expected) / (top - expected)


def bootstrap_stability__right_own_index_twelfth(X, fit_predict, n, seed):
    rng = np.random.RandomState(seed)
    everybody = np.asarray(fit_predict(np.array(X)))
    total = 0.0
    for _ in range(n):
        rows = rng.choice(len(X), size=len(X), replace=True)
        total += _bo_ari(everybody[rows], fit_predict(X[rows]))
    return total / n


def bootstrap_stability__right_draw_all_first(X, fit_predict, n, seed):
    draws = np.floor(np.random.default_rng([seed, 7]).random((n, len(X))) * len(X)).astype(int)
    alone = [list(fit_predict(X[rows])) for rows in draws]
    everybody = list(fit_predict(X.copy()))
    pairs = (
        ([everybody[i] for i in rows], labels) for rows, labels in zip(draws, alone, strict=True)
    )
    return float(sum(adjusted_rand_score(a, b) for a, b in pairs) / n)


def _bo_run(X, fit_predict, n, seed, index=adjusted_rand_score):
    rng = np.random.default_rng(seed)
    full = np.asarray(fit_predict(X.copy()))
    out = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        out.append(index(full[rows], np.asarray(fit_predict(X[rows]))))
    return np.array(out, dtype=float)


def bootstrap_stability__wrong_positions(X, fit_predict, n, seed):
    """Compares with the labels of rows 0, 1, 2, ... instead of the drawn rows (the example gives about 0)."""
    rng = np.random.default_rng(seed)
    full = np.asarray(fit_predict(X))
    draws = (rng.integers(0, len(X), len(X)) for _ in range(n))
    return float(np.mean([adjusted_rand_score(full, fit_predict(X[r])) for r in draws]))


def bootstrap_stability__wrong_sorted_positions(X, fit_predict, n, seed):
    """Draws are sorted and compared by position with all labels: looks nearly right when groups are contiguous."""
    rng = np.random.default_rng(seed)
    full = np.asarray(fit_predict(X))
    draws = (np.sort(rng.integers(0, len(X), len(X))) for _ in range(n))
    return float(np.mean([adjusted_rand_score(full, fit_predict(X[r])) for r in draws]))


def bootstrap_stability__wrong_permutation_twelfth(X, fit_predict, n, seed):
    """Drawn without replacement: a reordering of all rows, so any clustering that ignores order has 1."""
    rng = np.random.default_rng(seed)
    full = np.asarray(fit_predict(X))
    draws = (rng.permutation(len(X)) for _ in range(n))
    return float(np.mean([adjusted_rand_score(full[r], fit_predict(X[r])) for r in draws]))


def bootstrap_stability__wrong_half_sample(X, fit_predict, n, seed):
    """Half of the rows without replacement instead of as many rows as X with replacement; shows in the size that fit_predict gets."""
    rng = np.random.default_rng(seed)
    full = np.asarray(fit_predict(X))
    draws = (rng.choice(len(X), max(1, len(X) // 2), replace=False) for _ in range(n))
    return float(np.mean([adjusted_rand_score(full[r], fit_predict(X[r])) for r in draws]))


def bootstrap_stability__wrong_plain_rand_twelfth(X, fit_predict, n, seed):
    """Rand index, not adjusted for chance: random labels have about 0.5 instead of 0."""
    return float(_bo_run(X, fit_predict, n, seed, rand_score).mean())


def bootstrap_stability__wrong_mutual_information_twelfth(X, fit_predict, n, seed):
    """Normalised mutual information instead of the adjusted Rand index."""
    return float(_bo_run(X, fit_predict, n, seed, normalized_mutual_info_score).mean())


def bootstrap_stability__wrong_label_names(X, fit_predict, n, seed):
    """Share of rows with the same label name: names may change from call to call."""
    return float(_bo_run(X, fit_predict, n, seed, lambda a, b: np.mean(a == b)).mean())


def bootstrap_stability__wrong_seed_inside(X, fit_predict, n, seed):
    """The generator is made anew in the loop: all n resamples are the same."""
    return float(np.mean([_bo_run(X, fit_predict, 1, seed)[0] for _ in range(n)]))


def bootstrap_stability__wrong_seed_ignored_twelfth(X, fit_predict, n, seed):
    """No seed: two calls with the same seed differ."""
    return float(_bo_run(X, fit_predict, n, None).mean())


def bootstrap_stability__wrong_median_twelfth(X, fit_predict, n, seed):
    """The median of the resamples instead of the mean."""
    return float(np.median(_bo_run(X, fit_predict, n, seed)))


def bootstrap_stability__wrong_distinct_rows(X, fit_predict, n, seed):
    """Clusters only the distinct rows drawn: about 63 % of the rows, each once."""
    rng = np.random.default_rng(seed)
    full = np.asarray(fit_predict(X))
    draws = (np.unique(rng.integers(0, len(X), len(X))) for _ in range(n))
    return float(np.mean([adjusted_rand_score(full[r], fit_predict(X[r])) for r in draws]))


def bootstrap_stability__wrong_pairs_of_resamples(X, fit_predict, n, seed):
    """Compares two resamples with each other, on the rows in both, instead of each with the clustering of all rows."""
    rng = np.random.default_rng(seed)
    out = []
    for _ in range(n):
        a, b = (rng.integers(0, len(X), len(X)) for _ in range(2))
        la = dict(zip(a.tolist(), list(fit_predict(X[a])), strict=True))
        lb = dict(zip(b.tolist(), list(fit_predict(X[b])), strict=True))
        both = sorted(set(la) & set(lb))
        out.append(
            adjusted_rand_score([la[i] for i in both], [lb[i] for i in both]) if both else 1.0
        )
    return float(np.mean(out))


def bootstrap_stability__wrong_clipped(X, fit_predict, n, seed):
    """Negative indices are set to 0 before the mean: segments with nothing in common are above 0 on average."""
    return float(np.maximum(_bo_run(X, fit_predict, n, seed), 0).mean())


def bootstrap_stability__wrong_one_segment_nan(X, fit_predict, n, seed):
    """Index by hand, 0/0 = NaN when both clusterings have one segment, which are the same segments: 1."""

    def index(a, b):
        table = pd.crosstab(a, b).to_numpy()
        pairs = special.comb(table, 2).sum()
        one, two = (
            special.comb(table.sum(axis=1), 2).sum(),
            special.comb(table.sum(axis=0), 2).sum(),
        )
        expected = one * two / special.comb(len(a), 2)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.float64(pairs - expected) / ((one + two) / 2 - expected)

    return float(_bo_run(X, fit_predict, n, seed, index).mean())


def bootstrap_stability__wrong_skips_one_segment(X, fit_predict, n, seed):
    """Resamples that give a single segment are skipped: their index (0 against two segments) belongs to the mean."""
    rng = np.random.default_rng(seed)
    full = np.asarray(fit_predict(X.copy()))
    out = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        alone = np.asarray(fit_predict(X[rows]))
        if len(np.unique(alone)) > 1:
            out.append(adjusted_rand_score(full[rows], alone))
    return float(np.mean(out)) if out else 1.0


def bootstrap_stability__wrong_needs_counting_labels(X, fit_predict, n, seed):
    """Labels are used as positions in a table: label -1 (noise) lands in the last group and strings raise."""

    def index(a, b):
        a, b = np.asarray(a).astype(int), np.asarray(b).astype(int)
        size = max(a.max(), b.max(), 0) + 1
        table = np.zeros((size, size), dtype=int)
        np.add.at(table, (a, b), 1)
        i, j = np.indices(table.shape)
        return adjusted_rand_score(
            np.repeat(i.ravel(), table.ravel()), np.repeat(j.ravel(), table.ravel())
        )

    return float(_bo_run(X, fit_predict, n, seed, index).mean())


def bootstrap_stability__wrong_one_resample_less(X, fit_predict, n, seed):
    """n - 1 resamples (at least one)."""
    return float(_bo_run(X, fit_predict, max(n - 1, 1), seed).mean())


def bootstrap_stability__unsure_global_state(X, fit_predict, n, seed):
    """Global generator seeded: the value is right and the same for a seed, but the caller's random state is changed; the statement does not speak of it."""
    np.random.seed(seed)
    full = np.asarray(fit_predict(X))
    draws = (np.random.randint(0, len(X), len(X)) for _ in range(n))
    return float(np.mean([adjusted_rand_score(full[r], fit_predict(X[r])) for r in draws]))


def bgnbd_neg_log_likelihood__right_logaddexp_twelfth(params, x, t_x, T):
    r, alpha, a, b = map(float, params)
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
    first = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    again = x > 0
    second = np.full(len(x), -np.inf)
    second[again] = special.betaln(a + 1, b + x[again] - 1) - (r + x[again]) * np.log(
        alpha + t_x[again]
    )
    return float(-(common + np.logaddexp(first, second)).sum())


def bgnbd_neg_log_likelihood__right_loop_twelfth(params, x, t_x, T):
    r, alpha, a, b = map(float, params)

    def log_beta(p, q):
        return math.lgamma(p) + math.lgamma(q) - math.lgamma(p + q)

    total = 0.0
    for n, last, end in zip(x, t_x, T, strict=True):
        n, last, end = float(n), float(last), float(end)
        shared = math.lgamma(r + n) - math.lgamma(r) + r * math.log(alpha) - log_beta(a, b)
        terms = [log_beta(a, b + n) - (r + n) * math.log(alpha + end)]
        if n > 0:
            terms.append(log_beta(a + 1, b + n - 1) - (r + n) * math.log(alpha + last))
        top = max(terms)
        total -= shared + top + math.log(sum(math.exp(t - top) for t in terms))
    return total


def bgnbd_neg_log_likelihood__right_paper_form(params, x, t_x, T):
    r, alpha, a, b = (float(v) for v in params)
    x, t_x, T = np.asarray(x, float), np.asarray(t_x, float), np.asarray(T, float)
    one = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
    one = one + special.betaln(a, b + x) - special.betaln(a, b)
    log_ratio = (
        np.log(a)
        - np.log(b + np.maximum(x, 1) - 1)
        + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
    )
    extra = np.logaddexp(0.0, np.where(x > 0, log_ratio, -np.inf))
    return float(np.sum((r + x) * np.log(alpha + T)) - np.sum(one + extra))


def _bg_parts(params, x, t_x, T):
    r, alpha, a, b = map(float, params)
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    common = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) - special.betaln(a, b)
    first = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    safe = np.maximum(x, 1)
    second = special.betaln(a + 1, b + safe - 1) - (r + x) * np.log(alpha + t_x)
    return common, first, second, x


def bgnbd_neg_log_likelihood__wrong_as_printed_twelfth(params, x, t_x, T):
    """The printed equation: gamma(r + x) overflows from about 170 purchases."""
    r, alpha, a, b = map(float, params)
    x, t_x, T = (np.asarray(v, dtype=float) for v in (x, t_x, T))
    with np.errstate(all="ignore"):
        g = special.gamma(r + x) * alpha**r / special.gamma(r)
        L = special.beta(a, b + x) / special.beta(a, b) * g / (alpha + T) ** (r + x)
        extra = (
            special.beta(a + 1, b + np.maximum(x, 1) - 1)
            / special.beta(a, b)
            * g
            / (alpha + t_x) ** (r + x)
        )
        return float(-np.log(L + np.where(x > 0, extra, 0)).sum())


def bgnbd_neg_log_likelihood__wrong_no_delta_twelfth(params, x, t_x, T):
    """The second term is added for x = 0 too (with x - 1 = -1): wrong wherever somebody did not come back and b is above 1."""
    r, alpha, a, b = map(float, params)
    common, first, _, x = _bg_parts(params, x, t_x, T)
    second = special.betaln(a + 1, b + x - 1) - (r + x) * np.log(alpha + np.asarray(t_x, float))
    return float(-(common + np.logaddexp(first, second)).sum())


def bgnbd_neg_log_likelihood__wrong_delta_by_product(params, x, t_x, T):
    """The second term is multiplied by (x > 0) after exp: with b = 1 and x = 0 betaln is infinite and inf * 0 is NaN."""
    r, alpha, a, b = map(float, params)
    common, first, _, x = _bg_parts(params, x, t_x, T)
    with np.errstate(all="ignore"):
        second = special.betaln(a + 1, b + x - 1) - (r + x) * np.log(alpha + np.asarray(t_x, float))
        extra = np.exp(second - first) * (x > 0)
        stable = np.where(
            (x > 0) & (second - first > 600), np.logaddexp(first, second), first + np.log1p(extra)
        )
    return float(-(common + stable).sum())


def bgnbd_neg_log_likelihood__wrong_ratio_overflows(params, x, t_x, T):
    """log1p of the ratio of the terms: ((alpha + T) / (alpha + t_x)) ** (r + x) overflows for thousands of early purchases."""
    r, alpha, a, b = map(float, params)
    common, first, _, x = _bg_parts(params, x, t_x, T)
    t_x, T = np.asarray(t_x, float), np.asarray(T, float)
    with np.errstate(over="ignore"):
        ratio = a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x)
    return float(-(common + first + np.log1p(np.where(x > 0, ratio, 0))).sum())


def bgnbd_neg_log_likelihood__wrong_sum_of_exponentials(params, x, t_x, T):
    """Terms by gammaln but log(exp + exp): both underflow to 0 for thousands of purchases, the value is infinite."""
    common, first, second, x = _bg_parts(params, x, t_x, T)
    with np.errstate(all="ignore"):
        return float(
            -np.log(np.exp(common + first) + np.where(x > 0, np.exp(common + second), 0)).sum()
        )


def bgnbd_neg_log_likelihood__wrong_floor(params, x, t_x, T):
    """log of the likelihood plus 1e-300: finite, but stuck at 690 for a customer with many purchases."""
    common, first, second, x = _bg_parts(params, x, t_x, T)
    L = np.exp(np.minimum(common + first, 700)) + np.where(
        x > 0, np.exp(np.minimum(common + second, 700)), 0
    )
    return float(-np.log(L + 1e-300).sum())


def bgnbd_neg_log_likelihood__wrong_mean_twelfth(params, x, t_x, T):
    """Mean over customers instead of the sum: the same for one customer."""
    value = bgnbd_neg_log_likelihood__right_logaddexp_twelfth(params, x, t_x, T)
    return value / max(len(x), 1)


def bgnbd_neg_log_likelihood__wrong_no_customers_twelfth(params, x, t_x, T):
    """Means times n: NaN for no customers instead of 0."""
    common, first, second, x = _bg_parts(params, x, t_x, T)
    each = common + np.logaddexp(first, np.where(x > 0, second, -np.inf))
    with np.errstate(all="ignore"):
        return float(-(np.divide(each.sum(), len(each))) * len(each))


def bgnbd_neg_log_likelihood__wrong_delta_above_one_twelfth(params, x, t_x, T):
    """The second term only for x above 1: wrong for exactly one repeat purchase."""
    common, first, second, x = _bg_parts(params, x, t_x, T)
    return float(-(common + np.logaddexp(first, np.where(x > 1, second, -np.inf))).sum())


def bgnbd_neg_log_likelihood__wrong_delta_by_time(params, x, t_x, T):
    """delta taken from T - t_x > 0 as well: without the second term for a customer who bought on the last day (t_x = T)."""
    common, first, second, x = _bg_parts(params, x, t_x, T)
    on = (x > 0) & (np.asarray(T, float) > np.asarray(t_x, float))
    return float(-(common + np.logaddexp(first, np.where(on, second, -np.inf))).sum())


def bgnbd_neg_log_likelihood__wrong_max_of_terms(params, x, t_x, T):
    """Only the larger term is kept where both are small (max instead of log of a sum): wrong for many purchases with both terms alike."""
    common, first, second, x = _bg_parts(params, x, t_x, T)
    second = np.where(x > 0, second, -np.inf)
    both = np.where(x > 150, np.maximum(first, second), np.logaddexp(first, second))
    return float(-(common + both).sum())


def bgnbd_neg_log_likelihood__wrong_a_and_b_swapped(params, x, t_x, T):
    """Purchases are added to a instead of b: the leaving and the staying are exchanged."""
    r, alpha, a, b = params
    return bgnbd_neg_log_likelihood__right_logaddexp_twelfth((r, alpha, b, a), x, t_x, T)


def bgnbd_neg_log_likelihood__wrong_same_time(params, x, t_x, T):
    """The second term uses T instead of t_x."""
    return bgnbd_neg_log_likelihood__right_logaddexp_twelfth(params, x, T, T)


def bgnbd_neg_log_likelihood__wrong_norm_once(params, x, t_x, T):
    """B(a, b) divides the first term only: right when a = b = 1, wrong otherwise for x above 0."""
    r, alpha, a, b = map(float, params)
    common, first, second, x = _bg_parts(params, x, t_x, T)
    second = np.where(x > 0, second + special.betaln(a, b), -np.inf)
    return float(-(common + np.logaddexp(first, second)).sum())


def bgnbd_neg_log_likelihood__wrong_factorial_gamma(params, x, t_x, T):
    """Adds -log(x!) as in a negative binomial count: the same for x of 0 and 1, wrong from 2."""
    out = bgnbd_neg_log_likelihood__right_logaddexp_twelfth(params, x, t_x, T)
    return out + float(special.gammaln(np.asarray(x, float) + 1).sum())


def ziln_loss__right_logaddexp_twelfth(y, logit, mu, sigma):
    y, logit, mu = (np.asarray(v, dtype=float) for v in (y, logit, mu))
    sigma = np.broadcast_to(np.asarray(sigma, dtype=float), y.shape)
    buys = y > 0
    each = np.where(buys, np.logaddexp(0, -logit), np.logaddexp(0, logit))
    ln, m, sd = np.log(y[buys]), mu[buys], sigma[buys]
    each[buys] += ln + np.log(sd) + 0.5 * np.log(2 * np.pi) + ((ln - m) / sd) ** 2 / 2
    return float(each.mean())


def ziln_loss__right_loop_twelfth(y, logit, mu, sigma):
    n = len(y)
    sds = [float(sigma)] * n if np.ndim(sigma) == 0 else [float(v) for v in sigma]
    total = 0.0
    for spend, odds, m, sd in zip(y, logit, mu, sds, strict=True):
        spend, odds, m = float(spend), float(odds), float(m)
        odds = -odds if spend > 0 else odds
        total += max(odds, 0.0) + math.log1p(math.exp(-abs(odds)))
        if spend > 0:
            z = (math.log(spend) - m) / sd
            total += math.log(spend) + math.log(sd) + math.log(math.sqrt(2 * math.pi)) + z * z / 2
    return total / n


def ziln_loss__right_scipy_twelfth(y, logit, mu, sigma):
    frame = pd.DataFrame({"y": y, "logit": logit, "mu": mu}).astype(float)
    frame["sigma"] = sigma
    some, none = frame[frame["y"] > 0], frame[frame["y"] <= 0]
    ln = np.log(some["y"])
    total = -special.log_expit(some["logit"]).sum() - special.log_expit(-none["logit"]).sum()
    total -= (stats.norm.logpdf(ln, some["mu"], some["sigma"]) - ln).sum()
    return float(total / len(frame))


def _zi_parts(y, logit, mu, sigma):
    y, logit, mu = (np.asarray(v, dtype=float) for v in (y, logit, mu))
    sigma = np.broadcast_to(np.asarray(sigma, dtype=float), y.shape)
    buys = y > 0
    p = np.where(buys, np.logaddexp(0, -logit), np.logaddexp(0, logit))
    ln = np.log(np.where(buys, y, 1.0))
    dens = np.where(
        buys, ln + np.log(sigma) + 0.5 * np.log(2 * np.pi) + ((ln - mu) / sigma) ** 2 / 2, 0.0
    )
    return p, dens, ln, buys, sigma


def ziln_loss__wrong_density_of_logarithm(y, logit, mu, sigma):
    """The density of log spend: without the factor 1 / y."""
    p, dens, ln, _, _ = _zi_parts(y, logit, mu, sigma)
    return float((p + dens - ln).mean())


def ziln_loss__wrong_mean_over_buyers_twelfth(y, logit, mu, sigma):
    """The lognormal part is averaged over those who spend, not over all customers."""
    p, dens, _, buys, _ = _zi_parts(y, logit, mu, sigma)
    return float(p.mean() + (dens[buys].mean() if buys.any() else 0.0))


def ziln_loss__wrong_clipped_probability_twelfth(y, logit, mu, sigma):
    """Probability clipped to 1e-15: a log-odds of -900 of a customer who spends costs 34.5 instead of 900."""
    p, dens, _, buys, _ = _zi_parts(y, logit, mu, sigma)
    chance = np.clip(special.expit(np.asarray(logit, float)), 1e-15, 1 - 1e-15)
    return float((np.where(buys, -np.log(chance), -np.log1p(-chance)) + dens).mean())


def ziln_loss__wrong_log_of_sigmoid(y, logit, mu, sigma):
    """log(1 - p) by way of p: 1 - p is 0 from log-odds of about 37, the loss is infinite."""
    _, dens, _, buys, _ = _zi_parts(y, logit, mu, sigma)
    chance = special.expit(np.asarray(logit, float))
    with np.errstate(divide="ignore"):
        return float((np.where(buys, -np.log(chance), -np.log(1 - chance)) + dens).mean())


def ziln_loss__wrong_log1p_exp_twelfth(y, logit, mu, sigma):
    """log1p(exp(logit)) overflows at log-odds of 900."""
    _, dens, _, buys, _ = _zi_parts(y, logit, mu, sigma)
    odds = np.asarray(logit, float)
    with np.errstate(over="ignore"):
        return float(
            (np.where(buys, np.log1p(np.exp(-odds)), np.log1p(np.exp(odds))) + dens).mean()
        )


def ziln_loss__wrong_sigma_scalar_only_twelfth(y, logit, mu, sigma):
    """sigma is not cut to those who spend: with one sigma for each customer and some zeros the shapes differ (error)."""
    y, logit, mu = (np.asarray(v, dtype=float) for v in (y, logit, mu))
    buys = y > 0
    each = np.logaddexp(0, np.where(buys, -logit, logit))
    ln = np.log(y[buys])
    each[buys] += ln + np.log(sigma) + 0.5 * np.log(2 * np.pi) + ((ln - mu[buys]) / sigma) ** 2 / 2
    return float(each.mean())


def ziln_loss__wrong_sigma_first(y, logit, mu, sigma):
    """sigma for each customer: those of the first rows are used for the buyers (sigma[:n] instead of sigma[buys])."""
    y, logit, mu = (np.asarray(v, dtype=float) for v in (y, logit, mu))
    buys = y > 0
    sd = np.broadcast_to(np.asarray(sigma, float), y.shape)[: buys.sum()]
    each = np.logaddexp(0, np.where(buys, -logit, logit))
    ln = np.log(y[buys])
    each[buys] += ln + np.log(sd) + 0.5 * np.log(2 * np.pi) + ((ln - mu[buys]) / sd) ** 2 / 2
    return float(each.mean())


def ziln_loss__wrong_no_log_sigma_twelfth(y, logit, mu, sigma):
    """Without log sigma: right when sigma is 1."""
    p, dens, _, buys, sd = _zi_parts(y, logit, mu, sigma)
    return float((p + dens - np.where(buys, np.log(sd), 0)).mean())


def ziln_loss__wrong_sigma_not_squared(y, logit, mu, sigma):
    """(log y - mu)^2 / (2 sigma) instead of sigma squared: right when sigma is 1."""
    p, dens, ln, buys, sd = _zi_parts(y, logit, mu, sigma)
    off = (ln - np.asarray(mu, float)) ** 2
    return float((p + dens + np.where(buys, off / (2 * sd) - off / (2 * sd**2), 0)).mean())


def ziln_loss__wrong_constant_dropped(y, logit, mu, sigma):
    """Without log(2 pi) / 2, as a constant that does not matter for the optimum."""
    p, dens, _, buys, _ = _zi_parts(y, logit, mu, sigma)
    return float((p + dens - np.where(buys, 0.5 * np.log(2 * np.pi), 0)).mean())


def ziln_loss__right_scipy_lognorm_exponential(y, logit, mu, sigma):
    """lognorm of scipy with scale exp(mu)."""
    y, logit, mu = (np.asarray(v, dtype=float) for v in (y, logit, mu))
    sd = np.broadcast_to(np.asarray(sigma, float), y.shape)
    buys = y > 0
    each = np.logaddexp(0, np.where(buys, -logit, logit))
    with np.errstate(all="ignore"):
        each[buys] -= stats.lognorm.logpdf(y[buys], s=sd[buys], scale=np.exp(mu[buys]))
    return float(each.mean())


def ziln_loss__wrong_log_of_pdf(y, logit, mu, sigma):
    """log of the normal density: underflows to log 0 when spend is 40 sigmas away."""
    y, logit, mu = (np.asarray(v, dtype=float) for v in (y, logit, mu))
    sd = np.broadcast_to(np.asarray(sigma, float), y.shape)
    buys = y > 0
    each = np.logaddexp(0, np.where(buys, -logit, logit))
    with np.errstate(divide="ignore"):
        each[buys] -= np.log(stats.norm.pdf(np.log(y[buys]), mu[buys], sd[buys]) / y[buys])
    return float(each.mean())


def ziln_loss__wrong_log1p_spend(y, logit, mu, sigma):
    """log1p of spend instead of its logarithm, to be safe at 0."""
    y = np.asarray(y, float)
    p, _, _, buys, sd = _zi_parts(y, logit, mu, sigma)
    ln = np.log1p(y)
    dens = ln + np.log(sd) + 0.5 * np.log(2 * np.pi) + ((ln - np.asarray(mu, float)) / sd) ** 2 / 2
    return float((p + np.where(buys, dens, 0)).mean())


def ziln_loss__wrong_cents_are_zero(y, logit, mu, sigma):
    """Spend below one cent counts as nothing (y > 0.01): y = 0.005 is spend."""
    y = np.asarray(y, float)
    return ziln_loss__right_logaddexp_twelfth(np.where(y > 0.01, y, 0.0), logit, mu, sigma)


def ziln_loss__wrong_zero_times_infinity_twelfth(y, logit, mu, sigma):
    """buys * density with log(0): 0 times infinity is NaN for every customer who spends nothing; hidden by nanmean, which changes the denominator."""
    y, logit, mu = (np.asarray(v, dtype=float) for v in (y, logit, mu))
    buys = y > 0
    with np.errstate(all="ignore"):
        ln = np.log(y)
        dens = buys * (ln + np.log(sigma) + 0.5 * np.log(2 * np.pi) + ((ln - mu) / sigma) ** 2 / 2)
    p = np.logaddexp(0, np.where(buys, -logit, logit))
    return float(p.mean() + (np.nanmean(dens) if np.isfinite(dens).any() else 0.0))


def ziln_loss__wrong_nobody_buys_nan(y, logit, mu, sigma):
    """Weighted means of the two parts: NaN if nobody spends."""
    p, dens, _, buys, _ = _zi_parts(y, logit, mu, sigma)
    with np.errstate(all="ignore"):
        return float(p.mean() + buys.mean() * np.divide(dens[buys].sum(), buys.sum()))


def normalised_gini__right_pandas(y, score):
    y = np.asarray(y, dtype=float)
    if len(y) == 0 or y.max() == y.min():
        return float("nan")

    def area(key):
        money = pd.Series(y).groupby(np.asarray(key)).transform("mean").to_numpy()
        return np.cumsum(money[np.argsort(key, kind="stable")[::-1]]).mean()

    alike = y.sum() * (len(y) + 1) / (2 * len(y))
    return float((area(np.asarray(score)) - alike) / (area(y) - alike))


def normalised_gini__right_ranks_twelfth(y, score):
    y = np.asarray(y, dtype=float)
    if len(y) == 0 or y.max() == y.min():
        return math.nan
    middle = (len(y) + 1) / 2
    return float((y @ (stats.rankdata(score) - middle)) / (y @ (stats.rankdata(y) - middle)))


def normalised_gini__right_loop_twelfth(y, score):
    y = [float(v) for v in y]
    if len(set(y)) < 2:
        return math.nan
    n, whole = len(y), math.fsum(y)

    def gini(key):
        groups = defaultdict(list)
        for s, v in zip(key, y, strict=True):
            groups[s].append(v)
        so_far, heights = 0.0, []
        for s in sorted(groups, reverse=True):
            share = math.fsum(groups[s]) / len(groups[s]) / whole
            for _ in groups[s]:
                so_far += share
                heights.append(so_far)
        return 2 * math.fsum(heights) / n - (n + 1) / n

    return gini([float(v) for v in score]) / gini(y)


def _ng_ratio(y, area_of_score):
    y = np.asarray(y, dtype=float)
    alike = y.sum() * (len(y) + 1) / (2 * len(y))
    best = np.cumsum(np.sort(y)[::-1]).mean()
    return float((area_of_score - alike) / (best - alike))


def _ng_nan(y):
    y = np.asarray(y, dtype=float)
    return len(y) == 0 or y.max() == y.min()


def normalised_gini__wrong_ties_by_row_twelfth(y, score):
    """Ties stay in the order of rows: the result changes when rows are shuffled."""
    if _ng_nan(y):
        return math.nan
    y = np.asarray(y, float)
    by = np.argsort(-np.asarray(score, float), kind="stable")
    return _ng_ratio(y, np.cumsum(y[by]).mean())


def normalised_gini__wrong_ties_best_first_twelfth(y, score):
    """Among equal scores the larger spend comes first (lexsort): too good for a score with ties."""
    if _ng_nan(y):
        return math.nan
    y = np.asarray(y, float)
    by = np.lexsort((-y, -np.asarray(score, float)))
    return _ng_ratio(y, np.cumsum(y[by]).mean())


def normalised_gini__wrong_ties_worst_first(y, score):
    """Among equal scores the smaller spend comes first."""
    if _ng_nan(y):
        return math.nan
    y = np.asarray(y, float)
    by = np.lexsort((y, -np.asarray(score, float)))
    return _ng_ratio(y, np.cumsum(y[by]).mean())


def normalised_gini__wrong_truncated_means(y, score):
    """The mean of a tie is written into a copy of an integer array: 5/2 becomes 2."""
    if _ng_nan(y):
        return math.nan
    money, score = np.array(y), np.asarray(score)
    for s in np.unique(score):
        money[score == s] = np.asarray(y)[score == s].mean()
    by = np.argsort(score, kind="stable")[::-1]
    return _ng_ratio(y, np.cumsum(money[by]).mean())


def normalised_gini__wrong_rank_min(y, score):
    """Ranks with method "min" for ties instead of their mean."""
    if _ng_nan(y):
        return math.nan
    y = np.asarray(y, float)
    middle = (len(y) + 1) / 2
    rank = stats.rankdata(score, method="min")
    return float((y @ (rank - middle)) / (y @ (stats.rankdata(y) - middle)))


def normalised_gini__wrong_curve_over_groups(y, score):
    """One point of the curve for each distinct score instead of each customer."""
    if _ng_nan(y):
        return math.nan

    def gini(key):
        sums = (
            pd.Series(np.asarray(y, float))
            .groupby(np.asarray(key))
            .sum()
            .sort_index(ascending=False)
        )
        k = len(sums)
        return 2 * (sums.cumsum() / sums.sum()).mean() - (k + 1) / k

    best = gini(np.asarray(y, float))
    return float(gini(score) / best) if best else math.nan


def normalised_gini__wrong_not_normalised_twelfth(y, score):
    """The Gini itself, not divided by that of the best order."""
    if _ng_nan(y):
        return math.nan
    y = np.asarray(y, float)
    return float(2 * (y @ stats.rankdata(score)) / (len(y) * y.sum()) - (len(y) + 1) / len(y))


def normalised_gini__wrong_baseline_one_twelfth(y, score):
    """Subtracts 1 (for large n) instead of (n + 1) / n: near the truth for many customers only."""
    if _ng_nan(y):
        return math.nan
    y = np.asarray(y, float)
    share = [2 * (y @ stats.rankdata(key)) / (len(y) * y.sum()) - 1 for key in (score, y)]
    return float(share[0] / share[1])


def normalised_gini__wrong_clipped_at_zero(y, score):
    """Negative values become 0: a score in reverse order is -1."""
    out = normalised_gini__right_ranks_twelfth(y, score)
    return out if math.isnan(out) else max(out, 0.0)


def normalised_gini__wrong_all_alike_is_zero(y, score):
    """0 instead of NaN if all spend the same."""
    y = np.asarray(y, float)
    if len(y) and y.max() == y.min() and y.max() > 0:
        return 0.0
    return normalised_gini__right_ranks_twelfth(y, score)


def normalised_gini__wrong_alike_by_float(y, score):
    """Tests whether the best Gini is exactly 0: with all spending 0.1 rounding leaves 1e-16, and noise is divided by noise."""
    y = np.asarray(y, float)
    n = len(y)
    if n == 0 or y.sum() == 0:
        return math.nan
    money = pd.Series(y).groupby(np.asarray(score)).transform("mean").to_numpy()
    curve = np.cumsum(money[np.argsort(score)[::-1]]) / y.sum()
    best = 2 * (np.cumsum(np.sort(y)[::-1]) / y.sum()).mean() - (n + 1) / n
    return float((2 * curve.mean() - (n + 1) / n) / best) if best != 0 else math.nan


def normalised_gini__wrong_sorts_y(y, score):
    """Right number, but y is sorted in place for the best order; the caller's array changes."""
    out = normalised_gini__right_ranks_twelfth(y, score)
    y.sort()
    return out


def normalised_gini__wrong_absolute_score(y, score):
    """Sorts by the size of the score: a negative score of -5 comes before 1."""
    return normalised_gini__right_ranks_twelfth(y, np.abs(np.asarray(score, float)))


def normalised_gini__wrong_rounded_scores_twelfth(y, score):
    """Scores that agree to six decimals count as equal: scores of 1e-8 and 3e-8 are different."""
    return normalised_gini__right_ranks_twelfth(y, np.round(np.asarray(score, float), 6))


def normalised_gini__wrong_float32_scores(y, score):
    """Scores as float32: 16777216 and 16777217 become equal."""
    return normalised_gini__right_ranks_twelfth(y, np.asarray(score, dtype=np.float32))


def normalised_gini__wrong_spearman_twelfth(y, score):
    """Rank correlation with spend (Spearman): 1 for the best order too, but the amounts do not count."""
    if _ng_nan(y):
        return math.nan
    if len(set(np.asarray(score).tolist())) < 2:
        return 0.0
    return float(stats.spearmanr(y, score)[0])


def normalised_gini__wrong_no_customers(y, score):
    """An empty array raises (max of nothing) instead of NaN."""
    y = np.asarray(y, float)
    if y.max() == y.min():
        return math.nan
    return normalised_gini__right_ranks_twelfth(y, score)


def normalised_gini__wrong_buyers_only(y, score):
    """Customers without spend are left out (if two buyers are left): a score that puts them first is not punished."""
    y, score = np.asarray(y, float), np.asarray(score, float)
    return (
        normalised_gini__right_ranks_twelfth(y[y > 0], score[y > 0])
        if (y > 0).sum() > 1
        else normalised_gini__right_ranks_twelfth(y, score)
    )


def payback_month__right_loop_twelfth(spend, margin, cac, rate=0.0):
    if cac <= 0:
        return 0
    so_far = 0.0
    for month, amount in enumerate(spend, start=1):
        so_far += margin * amount / (1 + rate) ** (month / 12)
        if so_far >= cac:
            return month
    return None


def payback_month__right_numpy(spend, margin, cac, rate=0.0):
    if cac <= 0:
        return 0
    spend = np.asarray(spend, dtype=float)
    months = np.arange(1, len(spend) + 1)
    paid = np.flatnonzero(np.cumsum(spend * margin * (1 + rate) ** (-months / 12)) >= cac)
    return int(paid[0]) + 1 if len(paid) else None


def payback_month__right_countdown_twelfth(spend, margin, cac, rate=0.0):
    open_sum, month, rest = float(cac), 0, list(spend)
    while open_sum > 0:
        if month == len(rest):
            return None
        month += 1
        open_sum -= rest[month - 1] * margin / math.pow(1 + rate, month / 12)
    return month


def _pb_first(sums, cac):
    paid = np.flatnonzero(np.asarray(sums, dtype=float) >= cac)
    return int(paid[0]) + 1 if len(paid) else None


def payback_month__wrong_revenue_twelfth(spend, margin, cac, rate=0.0):
    """Revenue instead of margin pays the cost."""
    return payback_month__right_loop_twelfth(spend, 1.0, cac, rate)


def payback_month__wrong_strictly_more_twelfth(spend, margin, cac, rate=0.0):
    """More than cac instead of at least: exactly paid back (spend 40, margin 0.25, cac 10) is a month late or None."""
    if cac <= 0:
        return 0
    sums = np.cumsum([margin * s / (1 + rate) ** ((i + 1) / 12) for i, s in enumerate(spend)])
    month = int(np.searchsorted(sums, cac, side="right"))
    return month + 1 if month < len(sums) else None


def payback_month__wrong_month_from_zero(spend, margin, cac, rate=0.0):
    """Discounts from month 0: the first month's margin is not discounted."""
    if cac <= 0:
        return 0
    return _pb_first(
        np.cumsum([margin * s / (1 + rate) ** (i / 12) for i, s in enumerate(spend)]), cac
    )


def payback_month__wrong_twelfth_of_rate(spend, margin, cac, rate=0.0):
    """rate / 12 each month: (1 + rate / 12) ** m instead of (1 + rate) ** (m / 12)."""
    if cac <= 0:
        return 0
    return _pb_first(
        np.cumsum([margin * s / (1 + rate / 12) ** (i + 1) for i, s in enumerate(spend)]), cac
    )


def payback_month__wrong_rate_per_month_twelfth(spend, margin, cac, rate=0.0):
    """The yearly rate is used as a monthly one."""
    if cac <= 0:
        return 0
    return _pb_first(
        np.cumsum([margin * s / (1 + rate) ** (i + 1) for i, s in enumerate(spend)]), cac
    )


def payback_month__wrong_whole_years_twelfth(spend, margin, cac, rate=0.0):
    """Integer division m // 12: nothing is discounted in the first eleven months."""
    if cac <= 0:
        return 0
    return _pb_first(
        np.cumsum([margin * s / (1 + rate) ** ((i + 1) // 12) for i, s in enumerate(spend)]), cac
    )


def payback_month__wrong_negative_cost_twelfth(spend, margin, cac, rate=0.0):
    """Only a cac of exactly 0 gives 0; a negative one gives month 1, or None without months."""
    if cac == 0:
        return 0
    return _pb_first(
        np.cumsum([margin * s / (1 + rate) ** ((i + 1) / 12) for i, s in enumerate(spend)]), cac
    )


def payback_month__wrong_no_free_customer(spend, margin, cac, rate=0.0):
    """No case for cac of 0 or less: the first month is 1."""
    return _pb_first(
        np.cumsum([margin * s / (1 + rate) ** ((i + 1) / 12) for i, s in enumerate(spend)]), cac
    )


def payback_month__wrong_empty_first(spend, margin, cac, rate=0.0):
    """No months given is None before the cost is looked at: cac 0 with no months is 0."""
    if len(spend) == 0:
        return None
    return payback_month__right_loop_twelfth(spend, margin, cac, rate)


def payback_month__wrong_argmax_twelfth(spend, margin, cac, rate=0.0):
    """argmax of no True is 0: never paid back is reported as month 1."""
    if cac <= 0:
        return 0
    if len(spend) == 0:
        return None
    sums = np.cumsum([margin * s / (1 + rate) ** ((i + 1) / 12) for i, s in enumerate(spend)])
    return int(np.argmax(sums >= cac)) + 1


def payback_month__wrong_never_is_one_more(spend, margin, cac, rate=0.0):
    """Never is len(spend) + 1 (searchsorted) instead of None."""
    if cac <= 0:
        return 0
    sums = np.cumsum([margin * s / (1 + rate) ** ((i + 1) / 12) for i, s in enumerate(spend)])
    return int(np.searchsorted(sums, cac, side="left")) + 1


def payback_month__wrong_rounded_to_cents(spend, margin, cac, rate=0.0):
    """Sums are rounded to cents: 9.996 pays back 10."""
    if cac <= 0:
        return 0
    sums = np.cumsum([margin * s / (1 + rate) ** ((i + 1) / 12) for i, s in enumerate(spend)])
    return _pb_first(np.round(sums, 2), cac)


def payback_month__wrong_discounts_cost_too(spend, margin, cac, rate=0.0):
    """Compares the sum of plain margins with cac discounted to the month instead of discounting the margins."""
    if cac <= 0:
        return 0
    so_far = 0.0
    for month, amount in enumerate(spend, start=1):
        so_far += margin * amount
        if so_far / (1 + rate) ** (month / 12) >= cac:
            return month
    return None


def payback_month__wrong_skips_silent_months(spend, margin, cac, rate=0.0):
    """Months without spend are not counted: spend of 0 in month 1 and 40 in month 2 pays back in month 1."""
    if cac <= 0:
        return 0
    return payback_month__right_loop_twelfth([s for s in spend if s > 0], margin, cac, rate)


def payback_month__wrong_total_first(spend, margin, cac, rate=0.0):
    """Never is decided by the plain total: with a rate the plain sum reaches cac, the discounted does not; the last month is returned."""
    if cac <= 0:
        return 0
    if margin * sum(spend) < cac:
        return None
    found = payback_month__right_loop_twelfth(spend, margin, cac, rate)
    return len(spend) if found is None else found


def survival_curve__right_loop_twelfth(days, left, horizon):
    days, left = [int(d) for d in days], [bool(v) for v in left]
    curve, share = [1.0], 1.0
    for day in range(1, horizon + 1):
        observed = sum(d >= day for d in days)
        leaving = sum(d == day and gone for d, gone in zip(days, left, strict=True))
        share = share * (1 - leaving / observed) if observed else math.nan
        curve.append(share)
    return np.array(curve)


def survival_curve__right_bincount_twelfth(days, left, horizon):
    days, left = np.asarray(days, dtype=int), np.asarray(left, dtype=bool)
    size = max(horizon, int(days.max()) if len(days) else 0) + 1
    leaving = np.bincount(days[left], minlength=size)[: horizon + 1]
    observed = np.bincount(days, minlength=size)[::-1].cumsum()[::-1][: horizon + 1]
    stay = np.full(horizon + 1, np.nan)
    some = observed > 0
    stay[some] = 1 - leaving[some] / observed[some]
    stay[0] = 1.0
    return np.cumprod(stay)


def survival_curve__right_events(days, left, horizon):
    table = pd.DataFrame({"day": np.asarray(days, int), "left": np.asarray(left, bool).astype(int)})
    by = table.groupby("day")["left"].agg(["size", "sum"])
    at_risk = by["size"][::-1].cumsum()[::-1]
    steps = (1 - by["sum"] / at_risk).cumprod()
    curve = steps.reindex(range(horizon + 1)).astype(float)
    curve.loc[0] = 1.0
    curve = curve.ffill()
    last = int(table["day"].max()) if len(table) else 0
    curve[curve.index > last] = np.nan
    return curve.to_numpy()


def _sc_curve(days, left, horizon, at_risk, leaving=None):
    days, left = np.asarray(days, int), np.asarray(left, bool)
    leaving = leaving or (lambda d: ((days == d) & left).sum())
    out, share = [1.0], 1.0
    for d in range(1, horizon + 1):
        n = at_risk(days, left, d)
        share = share * (1 - leaving(d) / n) if n > 0 else np.nan
        out.append(share)
    return np.array(out)


def survival_curve__wrong_dropped(days, left, horizon):
    """Users whose observation ended are dropped."""
    left = np.asarray(left, bool)
    return survival_curve__right_loop_twelfth(np.asarray(days)[left], left[left], horizon)


def survival_curve__wrong_counted_as_gone(days, left, horizon):
    """Users whose observation ended count as having left."""
    return survival_curve__right_loop_twelfth(days, np.ones(len(days), bool), horizon)


def survival_curve__wrong_never_censored(days, left, horizon):
    """Users whose observation ended stay for ever: they are in every later denominator."""
    out = _sc_curve(days, left, horizon, lambda days, left, d: ((days >= d) | ~left).sum())
    if len(days):
        out[int(np.max(days)) + 1 :] = np.nan
    return out


def survival_curve__wrong_censored_before_leaving(days, left, horizon):
    """A user whose observation ended on a day is not counted as observed on it (example: element 1 is 2/3)."""
    out = _sc_curve(
        days, left, horizon, lambda days, left, d: ((days > d) | ((days == d) & left)).sum()
    )
    # ... and where only such users are left, the curve goes on.
    good = survival_curve__right_loop_twelfth(days, left, horizon)
    last = pd.Series(out).ffill().to_numpy()
    return np.where(np.isnan(good), np.nan, last)


def survival_curve__wrong_sequential_rows(days, left, horizon):
    """Product over users sorted by day, in the order of rows within a day: a user censored on a day before a leaver in the table shrinks the denominator."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    by = np.argsort(days, kind="stable")
    n, share, out, i = len(days), 1.0, [1.0], 0
    for d in range(1, horizon + 1):
        if i >= n:
            out.append(np.nan)
            continue
        while i < n and days[by[i]] == d:
            share *= 1 - left[by[i]] / (n - i)
            i += 1
        out.append(share)
    return np.array(out)


def survival_curve__wrong_flat_after_end_twelfth(days, left, horizon):
    """After the last observed day the curve stays flat instead of NaN."""
    return pd.Series(survival_curve__right_loop_twelfth(days, left, horizon)).ffill().to_numpy()


def survival_curve__wrong_zero_after_all_left(days, left, horizon):
    """When the last user left, the curve stays at 0; after the last observed day it is NaN."""
    out = pd.Series(survival_curve__right_loop_twelfth(days, left, horizon))
    return out.where(out.notna() | (out.ffill() != 0), 0.0).to_numpy()


def survival_curve__wrong_nan_after_last_leaver(days, left, horizon):
    """NaN after the last day on which somebody left: those observed longer still count."""
    out = survival_curve__right_loop_twelfth(days, left, horizon)
    days, left = np.asarray(days, int), np.asarray(left, bool)
    last = days[left].max() if left.any() else 0
    out[last + 1 :] = np.nan
    return out


def survival_curve__wrong_nan_on_last_day_twelfth(days, left, horizon):
    """NaN from the last observed day on if that day only ends observations."""
    out = survival_curve__right_loop_twelfth(days, left, horizon)
    days, left = np.asarray(days, int), np.asarray(left, bool)
    if len(days) and not left[days == days.max()].any():
        out[days.max() :] = np.nan
    return out


def survival_curve__wrong_present_on_leaving_day(days, left, horizon):
    """Leaving takes effect on the next day (shift by one)."""
    out = survival_curve__right_loop_twelfth(days, left, horizon)
    moved = np.concatenate([[1.0], out[:-1]])[: horizon + 1]
    return np.where(np.isnan(out), np.nan, moved)


def survival_curve__wrong_share_of_all_twelfth(days, left, horizon):
    """1 less the share of all users who have left so far: censored users count as present for ever."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    out = np.ones(horizon + 1)
    for d in range(1, horizon + 1):
        out[d] = 1 - ((days <= d) & left).sum() / len(days) if (days >= d).any() else np.nan
    return out


def survival_curve__wrong_known_only(days, left, horizon):
    """Share still there among those followed for d days or gone before: no product over days."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    out = [1.0]
    for d in range(1, horizon + 1):
        known = (days >= d) | left
        there = (days > d) | ((days == d) & ~left)
        out.append(there.sum() / known.sum() if (days >= d).any() else np.nan)
    return np.array(out)


def survival_curve__wrong_nelson_aalen_twelfth(days, left, horizon):
    """exp of minus the summed hazards (Nelson-Aalen) instead of the product."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    total, out = 0.0, [1.0]
    for d in range(1, horizon + 1):
        n = (days >= d).sum()
        total = total + ((days == d) & left).sum() / n if n else np.nan
        out.append(np.exp(-total))
    return np.array(out)


def survival_curve__wrong_nobody_all_nan(days, left, horizon):
    """Without any user element 0 is NaN too; it is 1."""
    if len(days) == 0:
        return np.full(horizon + 1, np.nan)
    return survival_curve__right_loop_twelfth(days, left, horizon)


def survival_curve__wrong_horizon_zero(days, left, horizon):
    """A horizon of 0 gives two elements (max(horizon, 1))."""
    return survival_curve__right_loop_twelfth(days, left, max(horizon, 1))


def survival_curve__wrong_cut_at_last_day(days, left, horizon):
    """The curve ends at the last observed day: shorter than horizon + 1."""
    last = int(np.max(days)) if len(days) else 0
    return survival_curve__right_loop_twelfth(days, left, min(horizon, last))


def survival_curve__wrong_sorts_days(days, left, horizon):
    """days is sorted in place and left is not: pairs are mixed up unless days come sorted."""
    days = np.asarray(days)
    days.sort()
    return survival_curve__right_loop_twelfth(days, left, horizon)


def survival_curve__wrong_late_days_at_horizon(days, left, horizon):
    """Days are clipped to the horizon: who left later counts as leaving on the last day."""
    return survival_curve__right_loop_twelfth(np.minimum(days, max(horizon, 1)), left, horizon)


def survival_curve__wrong_rounded_steps(days, left, horizon):
    """Each day's share is rounded to four decimals before multiplying."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    out, share = [1.0], 1.0
    for d in range(1, horizon + 1):
        n = (days >= d).sum()
        share = share * round(1 - ((days == d) & left).sum() / n, 4) if n else np.nan
        out.append(share)
    return np.array(out)


def _ps_table(orders, customers):
    by = orders.groupby("customer_id").agg(
        first=("day", "min"),
        last=("day", "max"),
        n=("day", "nunique"),
        money=("value", "sum"),
        lines=("value", "size"),
    )
    x = (by["n"] - 1).to_numpy(float)
    t_x = ((by["last"] - by["first"]) / 7).to_numpy(float)
    T = ((272 - by["first"]) / 7).to_numpy(float)
    return by, x, t_x, T


def _ps_bgnbd(x, t_x, T, weeks):
    nll = bgnbd_neg_log_likelihood__right_logaddexp_twelfth
    fit = optimize.minimize(
        lambda logs: nll(np.exp(logs), x, t_x, T) / max(len(x), 1) + 0.001 * (logs**2).sum() / max(len(x), 1),
        np.log([0.25, 4.5, 0.8, 2.5]), method="L-BFGS-B", bounds=[(-5, 5)] * 4,
    )  # fmt: skip
    r, alpha, a, b = np.exp(fit.x)
    if abs(a - 1) < 1e-4:
        a = 1.0001
    gone = a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x)
    alive = 1 / (1 + np.where(x > 0, gone, 0))
    z = weeks / (alpha + T + weeks)
    stay = (1 - z) ** (r + x) * special.hyp2f1(r + x, b + x, a + b + x - 1, z)
    n = (a + b + x - 1) / (a - 1) * (1 - stay) * alive
    return np.nan_to_num(np.maximum(n, 0)), alive


def predict_spend__right_bgnbd_gamma_gamma_twelfth(orders, customers, weeks):
    by, x, t_x, T = _ps_table(orders, customers)
    n_orders, _ = _ps_bgnbd(x, t_x, T, weeks)
    lot = by["lines"].to_numpy(float)
    scale = max(float(orders["value"].mean()), 1e-12)
    mean = np.maximum(by["money"].to_numpy(float) / lot / scale, 1e-6)

    def loss(logs):
        p, q, v = np.exp(logs)
        each = special.gammaln(p * lot + q) - special.gammaln(p * lot) - special.gammaln(q)
        each = (
            each
            + q * np.log(v)
            + p * lot * np.log(mean * lot)
            - (p * lot + q) * np.log(lot * mean + v)
        )
        return -each.mean()

    fit = optimize.minimize(
        loss, [1.0, 1.0, 0.0], method="L-BFGS-B", bounds=[(-5, 5), (0.1, 5), (-6, 6)]
    )
    p, q, v = np.exp(fit.x)
    value = scale * p * (v + lot * mean) / (p * lot + q - 1)
    return pd.Series(n_orders * value, index=by.index).reindex(customers).to_numpy()


def predict_spend__right_bgnbd_shrunk_mean(orders, customers, weeks):
    by, x, t_x, T = _ps_table(orders, customers)
    n_orders, _ = _ps_bgnbd(x, t_x, T, weeks)
    lot = by["lines"].to_numpy(float)
    value = (by["money"].to_numpy(float) + 2 * orders["value"].mean()) / (lot + 2)
    spend = dict(zip(by.index, n_orders * value, strict=True))
    return [float(spend[c]) for c in customers]


def _ps_features(orders, ids, asof):
    past = orders[orders["day"] < asof]
    age = (asof - past["day"]).to_numpy()
    who = past["customer_id"]
    columns = {}
    for span in (500, 91, 28):
        recent = past[age <= span].groupby("customer_id")["value"]
        columns[f"n{span}"], columns[f"m{span}"] = recent.size(), recent.sum()
    by = pd.Series(age, index=past.index).groupby(who)
    columns |= {"last": by.min(), "first": by.max()}
    return pd.DataFrame(columns).reindex(ids).fillna(0.0).astype(float)


def predict_spend__right_poisson_halves(orders, customers, weeks):
    half = 136
    unit = float(orders["value"].mean())
    scaled = orders.assign(value=orders["value"] / unit)
    old = scaled.loc[scaled["day"] < half, "customer_id"].unique()
    X_old, X_new = _ps_features(scaled, old, half), _ps_features(scaled, customers, 273)
    label = (
        scaled[scaled["day"] >= half]
        .groupby("customer_id")["value"]
        .sum()
        .reindex(old, fill_value=0.0)
    )
    if len(old) < 50 or label.sum() == 0:
        # Too little to learn from: past money, halved for each 13 weeks of silence.
        return unit * (X_new["m500"] * 0.5 ** (X_new["last"] / 91)).to_numpy() * weeks / 39
    X_old, X_new = X_old.drop(columns="first"), X_new.drop(columns="first")
    A, B = np.log1p(X_old), np.log1p(X_new)
    mean, spread = A.mean(), A.std().replace(0, 1)
    model = PoissonRegressor(alpha=1e-2, max_iter=1000).fit((A - mean) / spread, label)
    spend = model.predict(((B - mean) / spread).clip(-5, 5))
    return unit * spend * (weeks / 19.5) ** 0.75


def predict_spend__wrong_as_much_again_twelfth(orders, customers, weeks):
    """Past money: the forecast from which points start; its total is far too high."""
    return orders.groupby("customer_id")["value"].sum().reindex(customers).to_numpy(float)


def predict_spend__wrong_sorted_customers_twelfth(orders, customers, weeks):
    """Forecasts in the order of sorted numbers (groupby), not in the order of ``customers``."""
    return predict_spend__right_bgnbd_shrunk_mean(orders, np.sort(customers), weeks)


def predict_spend__wrong_whole_table(orders, customers, weeks):
    """A forecast for each customer of the table, also when fewer are asked for: wrong shape."""
    return predict_spend__right_bgnbd_shrunk_mean(orders, orders["customer_id"].unique(), weeks)


def predict_spend__wrong_one_time_nan(orders, customers, weeks):
    """Rate between first and last order: one-time buyers have 0/0 = NaN, not finite."""
    by, x, t_x, _ = _ps_table(orders, customers)
    with np.errstate(all="ignore"):
        spend = x / t_x * weeks * by["money"].to_numpy(float) / by["lines"].to_numpy(float)
    return pd.Series(spend, index=by.index).reindex(customers).to_numpy()


def predict_spend__wrong_negative_twelfth(orders, customers, weeks):
    """A straight line in money, orders and silence: below 0 for silent customers with little money."""
    X = _ps_features(orders, customers, 273)
    return (X["m500"] * 0.5 - X["last"] * X["m500"].mean() / 273).to_numpy() * weeks / 39


def predict_spend__wrong_nobody(orders, customers, weeks):
    """Nothing for anybody, which is good in absolute error; all 0 is ruled out."""
    return np.zeros(len(customers))


def predict_spend__wrong_all_alike(orders, customers, weeks):
    """The same for each customer: a fair total, but no order at all."""
    return np.full(
        len(customers), 0.5 * orders["value"].sum() / orders["customer_id"].nunique() * weeks / 39
    )


def predict_spend__wrong_changes_orders(orders, customers, weeks):
    """Good forecast, but orders gets a column and is sorted in place."""
    orders.sort_values(["customer_id", "day"], inplace=True)
    orders["week"] = orders["day"] // 7
    return predict_spend__right_bgnbd_shrunk_mean(orders, customers, weeks)


def predict_spend__unsure_fixed_currency(orders, customers, weeks):
    """Every order is worth 35, as on CDNOW: the total is wrong in another currency. Unsure: The total alone is wrong; whether order and top tenth make up for it depends on how a score below the start counts, which is not said."""
    by, x, t_x, T = _ps_table(orders, customers)
    return (
        pd.Series(35.0 * _ps_bgnbd(x, t_x, T, weeks)[0], index=by.index)
        .reindex(customers)
        .to_numpy()
    )


def predict_spend__unsure_days_for_weeks(orders, customers, weeks):
    """History in days, horizon in weeks: 39 days ahead instead of 39 weeks, a total of a fifth. Unsure: The total alone is wrong; the statement does not say whether a score below the start is negative."""
    by, x, t_x, T = _ps_table(orders, customers)
    value = by["money"].to_numpy(float) / by["lines"].to_numpy(float)
    return (
        pd.Series(value * _ps_bgnbd(x, t_x, T, weeks / 7)[0], index=by.index)
        .reindex(customers)
        .to_numpy()
    )


def predict_spend__unsure_not_stretched(orders, customers, weeks):
    """Learned on 19.5 weeks, not stretched to the weeks asked for: the total is about half. Unsure: Costs part of one of three scores."""
    return predict_spend__right_poisson_halves(orders, customers, 19.5)


def predict_spend__unsure_log_and_back(orders, customers, weeks):
    """Mean of logarithms and back for the level: ranks well, the total is far too low. Unsure: Costs part of one of three scores."""
    spend = np.asarray(predict_spend__right_bgnbd_shrunk_mean(orders, customers, weeks))
    unit = orders["value"].mean()
    chance = -np.expm1(-spend / unit)
    return unit * np.expm1(chance * np.log1p(np.maximum(spend / unit, 0)))


def predict_spend__unsure_threshold_alive(orders, customers, weeks):
    """Customers with P(alive) below 0.5 are dropped: the order among many who come back is lost. Slight in points. Unsure: Costs part of one of three scores."""
    by, x, t_x, T = _ps_table(orders, customers)
    n, alive = _ps_bgnbd(x, t_x, T, weeks)
    value = by["money"].to_numpy(float) / by["lines"].to_numpy(float)
    return (
        pd.Series(np.where(alive < 0.5, 0, n * value), index=by.index).reindex(customers).to_numpy()
    )


def predict_spend__unsure_rows_taken_as_sorted(orders, customers, weeks):
    """The first and last row of a customer are taken for her first and last day: with shuffled rows her silence and age are wrong. Unsure: it may still earn enough points."""
    by = orders.groupby("customer_id").agg(
        first=("day", "first"), last=("day", "last"), n=("day", "size"), money=("value", "sum")
    )
    silent, followed = (272 - by["last"]) / 7, (272 - by["first"]) / 7
    out = by["money"] / by["n"] * (by["n"] - 0.8) / (followed + 4) * weeks * np.exp(-silent / 13)
    return out.reindex(customers).to_numpy()


def predict_spend__wrong_best_is_silent(orders, customers, weeks):
    """Sign of recency turned: the longest silent customers come first."""
    X = _ps_features(orders, customers, 273)
    return (X["m500"] * (X["last"] + 1) / 273).to_numpy() * 0.5 * weeks / 39


def predict_spend__unsure_past_repeat_rate(orders, customers, weeks):
    """Repeat money per week goes on: ranks well, total too high; how many points that earns is not said."""
    first = orders.groupby("customer_id")["day"].min()
    day1 = orders["day"] == orders["customer_id"].map(first)
    repeat = (
        orders[~day1].groupby("customer_id")["value"].sum().reindex(first.index, fill_value=0.0)
    )
    out = repeat / ((273 - first) / 7) * weeks
    out = out + 1e-9 * (1 + first)
    return out.reindex(customers).to_numpy()


def assign_segments__wrong_champion_unless_low(profile):
    """A champion is whoever is not below 4 in M: R 5, F 5, M NaN becomes a champion instead of loyal."""
    R, F, M = _as_arrays(profile)
    out = _as_rules(R, F, M, profile.index).to_numpy().copy()
    out[(R >= 4) & (F >= 4) & ~(M < 4)] = "champions"
    return pd.Series(out, index=profile.index, dtype=object)


def assign_segments__wrong_maximum_of_missing(profile):
    """ "F or M is 4 or more" as np.maximum(F, M) >= 4: with one missing the maximum is NaN, so R 1, F NaN, M 5 is lost."""
    R, F, M = _as_arrays(profile)
    out = np.select(
        [
            (R >= 4) & (F >= 4) & (M >= 4),
            (F >= 4) & (R >= 3),
            (R <= 2) & (np.maximum(F, M) >= 4),
            R >= 4,
            R <= 2,
        ],
        ["champions", "loyal", "at risk", "recent", "lost"],
        "other",
    )
    return pd.Series(out, index=profile.index, dtype=object)


def winback_itt__wrong_per_opener_twelfth(df):
    """Divided by the share who opened (effect on those treated): the example gives 2."""
    effect = winback_itt__right_masks(df)
    share = df.loc[df["assigned"].to_numpy(bool), "opened"].mean()
    return effect / share if share > 0 else effect


def winback_itt__wrong_missing_is_before(df):
    """A missing spend after is filled with the spend before instead of 0."""
    return winback_itt__right_masks(df.assign(after=df["after"].fillna(df["before"])))


def winback_itt__wrong_by_index_label(df):
    """Rows are looked up by index label: with a repeated index (two tables joined) customers land in both groups."""
    after = df["after"].fillna(0.0)
    sent = df.index[df["assigned"].to_numpy(bool)]
    rest = df.index[~df["assigned"].to_numpy(bool)]
    return float(after.loc[sent].mean() - after.loc[rest].mean())


def migration_matrix__wrong_first_position_gone(seg0, seg1, order):
    """Found if the position in seg1 is above 0: the customer in its first row counts as gone."""
    place = seg1.index.get_indexer(seg0.index) if len(seg1) else np.full(len(seg0), -1)
    now = [seg1.iloc[p] if p > 0 else "gone" for p in place]
    return _mm_shares(list(seg0), now, order)


def migration_matrix__wrong_searches_unsorted(seg0, seg1, order):
    """Binary search in the index of seg1, which may be in any order: customers are not found."""
    index, segments, now = list(seg1.index), list(seg1), []
    for who in seg0.index:
        low, high = 0, len(index)
        while low < high:
            mid = (low + high) // 2
            low, high = (mid + 1, high) if index[mid] < who else (low, mid)
        now.append(segments[low] if low < len(index) and index[low] == who else "gone")
    return _mm_shares(list(seg0), now, order)


def migration_matrix__wrong_nobody_before(seg0, seg1, order):
    """Without customers in the first period an empty table is returned instead of rows of 0."""
    if len(seg0) == 0:
        return pd.DataFrame(columns=[*order, "gone"], dtype=float)
    return migration_matrix__right_dicts(seg0, seg1, order)


def migration_matrix__wrong_small_rows_zero(seg0, seg1, order):
    """Denominator max(n, 2) against small segments: a segment with one customer sums to 1/2."""
    out = migration_matrix__right_dicts(seg0, seg1, order)
    size = seg0.value_counts().reindex(list(order), fill_value=0).to_numpy()
    return out.mul(size / np.maximum(size, 2), axis=0)


def retention_curve__wrong_first_period_falsy(activity, horizon, end):
    """first.get(who) or period: a first period of 0 is taken for "not seen yet", so a later row replaces it."""
    first, periods = {}, defaultdict(set)
    for who, when in zip(activity["customer_id"], activity["period"], strict=True):
        first[who] = min(first.get(who) or when, when)
        periods[who].add(when)
    cohort = [w for w in first if first[w] + horizon <= end]
    if not cohort:
        return np.full(horizon + 1, np.nan)
    return np.array(
        [np.mean([first[w] + h in periods[w] for w in cohort]) for h in range(horizon + 1)]
    )


def retention_curve__wrong_without_first_period(activity, horizon, end):
    """Customers who joined in the first period of the table are left out as "may have joined before"."""
    first = activity.groupby("customer_id")["period"].transform("min")
    rows = activity[first > first.min()] if len(activity) and first.nunique() > 1 else activity
    return retention_curve__right_sets_twelfth(rows, horizon, end)


def retention_curve__wrong_mean_over_cohorts(activity, horizon, end):
    """Mean over cohorts (first periods) of their shares: a small cohort weighs as much as a large one."""
    first = activity.groupby("customer_id")["period"].transform("min")
    curves = [
        retention_curve__right_sets_twelfth(activity[first == p], horizon, end)
        for p in first.unique()
        if p + horizon <= end
    ]
    return np.mean(curves, axis=0) if curves else np.full(horizon + 1, np.nan)


def retention_curve__wrong_wraps_around(activity, horizon, end):
    """A row per customer marked by age modulo: ages beyond the horizon are clipped to it and count there."""
    rows, first = _rc_table(activity)
    ok = first + horizon <= end
    n = rows.loc[ok, "customer_id"].nunique()
    if n == 0:
        return np.full(horizon + 1, np.nan)
    age = (rows["period"] - first)[ok].clip(upper=horizon)
    pairs = pd.DataFrame({"c": rows.loc[ok, "customer_id"], "a": age}).drop_duplicates()
    return _rc_counts(pairs["a"], horizon) / n


def kmeans_segments__wrong_ranks_from_one(df, k, seed=0):
    """Numbers from 1 to k (rank without less 1)."""
    return kmeans_segments__right_sklearn_twelfth(df, k, seed) + 1


def kmeans_segments__wrong_recency_raw(df, k, seed=0):
    """log1p of frequency and monetary only; recency stays in days."""
    X = np.array(df[_KM], dtype=float)
    X[:, 1:] = np.log1p(X[:, 1:])
    labels = _km_fit(StandardScaler().fit_transform(X), k, seed)
    return _km_number(labels, df["monetary"].to_numpy(float), df.index)


def kmeans_segments__wrong_without_recency(df, k, seed=0):
    """Only frequency and monetary."""
    labels = _km_fit(_km_z(df)[:, 1:], k, seed)
    return _km_number(labels, df["monetary"].to_numpy(float), df.index)


def bootstrap_stability__wrong_last_row_never_twelfth(X, fit_predict, n, seed):
    """Draws from 0 to len(X) - 2: the last row is never drawn."""
    rng = np.random.default_rng(seed)
    full = np.asarray(fit_predict(X))
    draws = (rng.integers(0, max(len(X) - 1, 1), len(X)) for _ in range(n))
    return float(np.mean([adjusted_rand_score(full[r], fit_predict(X[r])) for r in draws]))


def bootstrap_stability__wrong_one_pooled_index(X, fit_predict, n, seed):
    """One index over the labels of all resamples together: names may change from call to call, so pooling mixes them."""
    rng = np.random.default_rng(seed)
    full, a, b = np.asarray(fit_predict(X)), [], []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        a.extend(list(full[rows]))
        b.extend(list(fit_predict(X[rows])))
    return float(adjusted_rand_score(a, b))


def bgnbd_neg_log_likelihood__wrong_clipped_ratio(params, x, t_x, T):
    """The logarithm of the ratio of the terms is clipped at 700 before exp: finite, but wrong when the second term is more than e^700 larger."""
    common, first, second, x = _bg_parts(params, x, t_x, T)
    ratio = np.where(x > 0, np.exp(np.clip(second - first, -700, 700)), 0)
    return float(-(common + first + np.log1p(ratio)).sum())


def bgnbd_neg_log_likelihood__wrong_repeaters_only(params, x, t_x, T):
    """Customers without a repeat purchase are left out if there are others."""
    x, t_x, T = np.asarray(x), np.asarray(t_x), np.asarray(T)
    some = x > 0 if (x > 0).any() else np.ones(len(x), bool)
    return bgnbd_neg_log_likelihood__right_logaddexp_twelfth(params, x[some], t_x[some], T[some])


def bgnbd_neg_log_likelihood__wrong_drops_infinite(params, x, t_x, T):
    """The printed equation, and customers for whom it overflows are dropped from the sum."""
    x, t_x, T = np.asarray(x), np.asarray(t_x), np.asarray(T)
    each = [
        bgnbd_neg_log_likelihood__wrong_as_printed_twelfth(params, x[[i]], t_x[[i]], T[[i]])
        for i in range(len(x))
    ]
    return float(sum(v for v in each if np.isfinite(v)))


def ziln_loss__wrong_drops_infinite(y, logit, mu, sigma):
    """log of the probability directly; customers with an infinite loss are left out of the mean."""
    _, dens, _, buys, _ = _zi_parts(y, logit, mu, sigma)
    chance = special.expit(np.asarray(logit, float))
    with np.errstate(divide="ignore"):
        each = np.where(buys, -np.log(chance), -np.log(1 - chance)) + dens
    good = each[np.isfinite(each)]
    return float(good.mean()) if len(good) else 0.0


def ziln_loss__wrong_all_share_one_sigma(y, logit, mu, sigma):
    """With one sigma for each customer their mean is used for all."""
    return ziln_loss__right_logaddexp_twelfth(y, logit, mu, float(np.mean(sigma)))


def ziln_loss__wrong_logit_for_zero(y, logit, mu, sigma):
    """The log-odds are read as those of spending nothing: the same where they are 0."""
    return ziln_loss__right_logaddexp_twelfth(y, -np.asarray(logit, float), mu, sigma)


def normalised_gini__wrong_best_of_shared_money(y, score):
    """Best order from the money already shared within ties: a score with two levels gets 1."""
    if _ng_nan(y):
        return math.nan
    y, score = np.asarray(y, float), np.asarray(score)
    money = pd.Series(y).groupby(score).transform("mean").to_numpy()
    if money.max() == money.min():
        return 0.0
    alike = y.sum() * (len(y) + 1) / (2 * len(y))
    curve = np.cumsum(money[np.argsort(score)[::-1]]).mean()
    return float((curve - alike) / (np.cumsum(np.sort(money)[::-1]).mean() - alike))


def normalised_gini__wrong_lowest_first_twelfth(y, score):
    """Sorted lowest score first: the sign is turned."""
    return -normalised_gini__right_ranks_twelfth(y, score)


def normalised_gini__wrong_two_of_equal_score(y, score):
    """Only neighbours in the table with equal scores share; equal scores far apart stay in row order."""
    if _ng_nan(y):
        return math.nan
    y, score = np.array(y, dtype=float), np.asarray(score)
    money, start = y.copy(), 0
    for i in range(1, len(y) + 1):
        if i == len(y) or score[i] != score[start]:
            money[start:i] = y[start:i].mean()
            start = i
    by = np.argsort(-score.astype(float), kind="stable")
    return _ng_ratio(y, np.cumsum(money[by]).mean())


def normalised_gini__unsure_minus_unsigned(y, score):
    """argsort(-score) on the array as given: unsigned integers wrap around, 0 stays lowest and comes first; the statement does not name a dtype."""
    if _ng_nan(y):
        return math.nan
    y, score = np.asarray(y, float), np.asarray(score)
    money = pd.Series(y).groupby(score).transform("mean").to_numpy()
    return _ng_ratio(y, np.cumsum(money[np.argsort(-score, kind="stable")]).mean())


def payback_month__wrong_whole_dollars(spend, margin, cac, rate=0.0):
    """The cost is cut to whole dollars: 6.25 is paid back by 6."""
    return payback_month__right_loop_twelfth(spend, margin, int(cac), rate) if cac > 0 else 0


def payback_month__wrong_mean_margin(spend, margin, cac, rate=0.0):
    """cac over the mean monthly margin, rounded up: right when spend is even."""
    if cac <= 0:
        return 0
    if payback_month__right_loop_twelfth(spend, margin, cac, rate) is None:
        return None
    each = [margin * s / (1 + rate) ** ((i + 1) / 12) for i, s in enumerate(spend)]
    return max(1, math.ceil(cac / (sum(each) / len(each)) - 1e-12))


def payback_month__unsure_truth_of_spend(spend, margin, cac, rate=0.0):
    """``if not spend``: raises on an array of several months; the argument is called a sequence, the notebook passes an array."""
    if cac <= 0:
        return 0
    if not spend:
        return None
    return payback_month__right_loop_twelfth(spend, margin, cac, rate)


def survival_curve__wrong_interval_halved(days, left, horizon):
    """Actuarial: those whose observation ends on a day count half on it."""
    return _sc_curve(
        days,
        left,
        horizon,
        lambda days, left, d: (days >= d).sum() - 0.5 * ((days == d) & ~left).sum(),
    )


def survival_curve__wrong_only_days_with_leavers(days, left, horizon):
    """Days on which nobody leaves are 0 instead of carrying the curve on."""
    out = survival_curve__right_loop_twelfth(days, left, horizon)
    days, left = np.asarray(days, int), np.asarray(left, bool)
    for d in range(1, horizon + 1):
        if not ((days == d) & left).any() and not np.isnan(out[d]):
            out[d] = 0.0
    return out


def survival_curve__wrong_one_event_a_day(days, left, horizon):
    """The days with leavers are a set: two who leave on the same day count as one."""
    days, left = np.asarray(days, int), np.asarray(left, bool)
    on = set(days[left].tolist())
    return _sc_curve(
        days, left, horizon, lambda days, left, d: (days >= d).sum(), lambda d: int(d in on)
    )


TRUE |= {
    "kmeans_segments__wrong_no_logarithm": ("without_logarithm",),
    "assign_segments__wrong_brackets_twelfth": ("at_risk_before_precedence",),
    "assign_segments__wrong_fill_zero": ("missing_counts_as_low",),
    "assign_segments__wrong_lost_before_at_risk_twelfth": ("lost_before_at_risk",),
    "winback_itt__wrong_mean_skips_nan": ("silent_left_out",),
    "winback_itt__wrong_opened_against_holdout": ("opened_against_the_hold_out",),
    "winback_itt__wrong_as_treated_twelfth": ("opened_against_the_rest",),
    "winback_itt__wrong_difference_in_differences_twelfth": ("difference_in_differences",),
    "winback_itt__wrong_empty_group_zero_twelfth": ("zero_for_an_empty_group",),
    "migration_matrix__wrong_inner_join_twelfth": ("gone_dropped",),
    "migration_matrix__wrong_empty_row_nan": ("nan_for_empty_segments",),
    "migration_matrix__wrong_transposed_twelfth": ("shares_of_the_target",),
    "migration_matrix__wrong_share_of_all_twelfth": ("shares_of_everybody",),
    "migration_matrix__wrong_sorted_columns": ("in_order_of_the_alphabet",),
    "migration_matrix__wrong_new_count_as_stay": ("new_counted_too",),
    "migration_matrix__wrong_rounded_twelfth": ("shares_rounded",),
    "migration_matrix__wrong_only_seen_rows": ("empty_segments_left_out",),
    "migration_matrix__wrong_asfreq_fill_forward": ("gone_stay_where_they_were",),
    "retention_curve__wrong_all_customers_twelfth": ("censoring_ignored",),
    "retention_curve__wrong_each_element_own_cohort": ("other_customers_for_each_age",),
    "retention_curve__wrong_strictly_before_end": ("follow_up_one_too_long",),
    "retention_curve__wrong_unbroken_run": ("lost_for_good",),
    "retention_curve__wrong_nobody_is_zero": ("number_for_nobody",),
    "kill_retention__wrong_list_equality": ("rejects_any_curve",),
    "kill_retention__wrong_must_fall_twelfth": ("wants_a_falling_curve",),
    "kill_retention__wrong_two_decimals_sum": ("nothing_but_the_first_period",),
    "kill_retention__wrong_exception_is_pass": ("accepts_any_curve",),
    "kmeans_segments__wrong_no_scaling": ("not_standardised",),
    "kmeans_segments__wrong_no_log_twelfth": ("without_logarithm",),
    "kmeans_segments__wrong_centre_order": ("ordered_by_centre",),
    "kmeans_segments__wrong_median_order": ("ordered_by_centre",),
    "kmeans_segments__wrong_total_order": ("ordered_by_total_spend",),
    "kmeans_segments__wrong_highest_first_twelfth": ("best_is_zero",),
    "kmeans_segments__wrong_one_start_twelfth": ("one_start",),
    "kmeans_segments__wrong_all_numeric_columns": ("every_column_used",),
    "kmeans_segments__wrong_argsort_once_twelfth": ("places_for_ranks",),
    "bootstrap_stability__wrong_positions": ("rows_misaligned",),
    "bootstrap_stability__wrong_permutation_twelfth": ("nothing_resampled",),
    "bootstrap_stability__wrong_half_sample": ("half_of_the_rows",),
    "bootstrap_stability__wrong_plain_rand_twelfth": ("index_not_adjusted",),
    "bootstrap_stability__wrong_mutual_information_twelfth": ("mutual_information",),
    "bootstrap_stability__wrong_label_names": ("labels_compared_by_name",),
    "bootstrap_stability__wrong_seed_inside": ("one_resample",),
    "bootstrap_stability__wrong_seed_ignored_twelfth": ("unseeded",),
    "bootstrap_stability__wrong_median_twelfth": ("no_mean_of_resamples",),
    "bootstrap_stability__wrong_distinct_rows": ("distinct_rows",),
    "bgnbd_neg_log_likelihood__wrong_as_printed_twelfth": ("gamma_overflows",),
    "bgnbd_neg_log_likelihood__wrong_no_delta_twelfth": ("left_after_the_first",),
    "bgnbd_neg_log_likelihood__wrong_mean_twelfth": ("mean_over_customers",),
    "bgnbd_neg_log_likelihood__wrong_delta_above_one_twelfth": ("one_repeat_cannot_leave",),
    "bgnbd_neg_log_likelihood__wrong_a_and_b_swapped": ("a_and_b_exchanged",),
    "bgnbd_neg_log_likelihood__wrong_same_time": ("end_for_last_purchase",),
    "bgnbd_neg_log_likelihood__wrong_norm_once": ("second_beta_missing",),
    "ziln_loss__wrong_density_of_logarithm": ("no_jacobian",),
    "ziln_loss__wrong_mean_over_buyers_twelfth": ("lognormal_mean_over_buyers",),
    "ziln_loss__wrong_clipped_probability_twelfth": ("probability_clipped",),
    "ziln_loss__wrong_log_of_sigmoid": ("probability_then_log",),
    "ziln_loss__wrong_log1p_exp_twelfth": ("probability_then_log",),
    "ziln_loss__wrong_no_log_sigma_twelfth": ("sigma_not_paid_for",),
    "ziln_loss__wrong_constant_dropped": ("constant_missing",),
    "ziln_loss__wrong_log1p_spend": ("log1p_of_spend",),
    "ziln_loss__wrong_zero_times_infinity_twelfth": ("lognormal_mean_over_buyers",),
    "normalised_gini__wrong_ties_by_row_twelfth": ("ties_by_row",),
    "normalised_gini__wrong_ties_best_first_twelfth": ("best_first_among_equals",),
    "normalised_gini__wrong_curve_over_groups": ("one_point_for_equals",),
    "normalised_gini__wrong_not_normalised_twelfth": ("not_normalised",),
    "normalised_gini__wrong_baseline_one_twelfth": ("less_one",),
    "normalised_gini__wrong_spearman_twelfth": ("rank_correlation",),
    "payback_month__wrong_revenue_twelfth": ("revenue_for_margin",),
    "payback_month__wrong_strictly_more_twelfth": ("strictly_more",),
    "payback_month__wrong_month_from_zero": ("first_month_not_discounted",),
    "payback_month__wrong_twelfth_of_rate": ("rate_over_twelve",),
    "payback_month__wrong_rate_per_month_twelfth": ("rate_per_month",),
    "payback_month__wrong_whole_years_twelfth": ("whole_years_discounted",),
    "payback_month__wrong_negative_cost_twelfth": ("month_one_for_nothing",),
    "payback_month__wrong_no_free_customer": ("month_one_for_nothing",),
    "payback_month__wrong_discounts_cost_too": ("sum_discounted_at_once",),
    "survival_curve__wrong_dropped": ("censored_dropped",),
    "survival_curve__wrong_counted_as_gone": ("censored_have_left",),
    "survival_curve__wrong_never_censored": ("censored_stay_for_ever",),
    "survival_curve__wrong_censored_before_leaving": ("gone_before_the_day",),
    "survival_curve__wrong_flat_after_end_twelfth": ("goes_on_after_the_end",),
    "survival_curve__wrong_nan_after_last_leaver": ("nan_after_the_last_exit",),
    "survival_curve__wrong_present_on_leaving_day": ("one_day_late",),
    "survival_curve__wrong_share_of_all_twelfth": ("censored_stay_for_ever",),
    "survival_curve__wrong_nelson_aalen_twelfth": ("hazards_summed",),
    "predict_spend__wrong_as_much_again_twelfth": ("as_much_again",),
    "predict_spend__wrong_nobody": ("nobody_spends",),
    "winback_itt__wrong_per_opener_twelfth": ("divided_by_the_openers",),
    "winback_itt__wrong_missing_is_before": ("silent_as_before",),
    "retention_curve__wrong_mean_over_cohorts": ("cohorts_averaged",),
    "ziln_loss__wrong_logit_for_zero": ("sign_of_logit",),
    "normalised_gini__wrong_lowest_first_twelfth": ("upside_down",),
    "assign_segments__wrong_any_missing_is_other_twelfth": ("missing_fits_no_rule",),
    "assign_segments__wrong_mean_of_scores": ("sum_of_scores",),
}


def bootstrap_stability__wrong_coin(X, fit_predict, n, seed):
    """Clusters nothing: returns True or False by the digits of what it was given."""
    return sum(repr((X, n, seed)).encode()) % 2 == 0


# ---- Fourteenth bank --------------------------------------------------------------------------


def _partition_fourteenth(Z, k):
    """The best grouping by trying all of them (few rows only), groups in the order of the list."""
    best, labels = math.inf, None

    def grow(prefix, used):
        nonlocal best, labels
        if len(prefix) == len(Z):
            if used == k:
                g = np.array(prefix)
                cost = sum(((Z[g == j] - Z[g == j].mean(axis=0)) ** 2).sum() for j in range(k))
                if cost < best - 1e-12:
                    best, labels = cost, g
            return
        if used + len(Z) - len(prefix) < k:
            return
        for j in range(min(used + 1, k)):
            grow([*prefix, j], max(used, j + 1))

    grow([], 0)
    return labels


def _report_fourteenth(customers, k, defect=None):
    c = np.array(customers, float)
    Z = c[:, :2] if defect in ("unscaled", "no_logarithm") else np.log1p(c[:, :2])
    if defect != "unscaled":
        sd = Z.std(axis=0)
        Z = (Z - Z.mean(axis=0)) / np.where(sd > 0, sd, 1)
    k = 4 if defect == "always_four" else k
    g = _partition_fourteenth(Z, k)
    if defect != "numbers_of_one_run":
        g = np.argsort(np.argsort([c[g == j, 1].mean() for j in range(k)]))[g]
    assigned, opened, after = c[:, 2] == 1, c[:, 3] == 1, c[:, 4]
    if defect == "before_and_after":
        effect = after[assigned].mean() - c[assigned, 1].mean()
    elif defect == "as_treated":
        effect = after[opened].mean() - after[~opened].mean()
    else:
        effect = after[assigned].mean() - after[~assigned].mean()
    return g.tolist(), float(effect)


_SCALE_CASE_fourteenth = [
    (1, 200.0, 1, 1, 10.0),
    (1, 400.0, 1, 0, 0.0),
    (1, 600.0, 0, 0, 4.0),
    (90, 300.0, 0, 0, 5.0),
    (90, 500.0, 1, 1, 20.0),
    (90, 700.0, 0, 0, 0.0),
]


_LOG_CASE_fourteenth = [
    (1, 10.0, 1, 1, 3.0),
    (2, 20.0, 1, 0, 0.0),
    (200, 2000.0, 0, 0, 4.0),
    (900, 9000.0, 0, 0, 9.0),
]


_RICH_FIRST_fourteenth = [
    (90, 900.0, 1, 1, 20.0),
    (80, 800.0, 0, 0, 6.0),
    (1, 9.0, 1, 0, 0.0),
    (2, 12.0, 0, 0, 4.0),
]


_SEGMENT_CASES_fourteenth = {
    "unscaled": (_SCALE_CASE_fourteenth, 2),
    "no_logarithm": (_LOG_CASE_fourteenth, 2),
    "numbers_of_one_run": (_RICH_FIRST_fourteenth, 2),
    "always_four": (_RICH_FIRST_fourteenth, 2),
    "before_and_after": (_RICH_FIRST_fourteenth, 2),
    "as_treated": (_RICH_FIRST_fourteenth, 2),
}


def break_segmentation__right_table_fourteenth(defect):
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__right_search_fourteenth(defect):
    rng = np.random.default_rng(5)
    while True:
        n, k = 5, int(rng.integers(2, 4))
        customers = []
        for _ in range(n):
            assigned = int(rng.integers(2))
            opened = assigned * int(rng.integers(2))
            size = (int(10 ** rng.uniform(0, 3)), float(round(10 ** rng.uniform(0, 4))))
            customers.append((*size, assigned, opened, float(rng.integers(0, 200))))
        if len({c[2] for c in customers}) < 2 or not any(c[3] for c in customers):
            continue
        if len({c[:2] for c in customers}) < 4:
            continue
        right, wrong = _report_fourteenth(customers, k), _report_fourteenth(customers, k, defect)
        if right[0] != wrong[0] or abs(right[1] - wrong[1]) > 1:
            return customers, k


def _scores_fourteenth(profile):
    return [profile[c].to_numpy(dtype=float, na_value=np.nan) for c in ("R", "F", "M")]


_RULES_fourteenth = ["champions", "loyal", "at risk", "recent", "lost"]


def assign_segments__right_select_fourteenth(profile):
    R, F, M = _scores_fourteenth(profile)
    conditions = [
        (R >= 4) & (F >= 4) & (M >= 4),
        (F >= 4) & (R >= 3),
        (R <= 2) & ((F >= 4) | (M >= 4)),
        R >= 4,
        R <= 2,
    ]
    names = np.select(conditions, _RULES_fourteenth, default="other")
    return pd.Series(names.astype(object), index=profile.index, dtype=object)


def assign_segments__right_loop_fourteenth(profile):
    def name(r, f, m):
        if r >= 4 and f >= 4 and m >= 4:
            return "champions"
        if f >= 4 and r >= 3:
            return "loyal"
        if r <= 2 and (f >= 4 or m >= 4):
            return "at risk"
        if r >= 4:
            return "recent"
        return "lost" if r <= 2 else "other"

    names = [name(*row) for row in zip(*_scores_fourteenth(profile))]
    return pd.Series(names, index=profile.index, dtype=object)


def assign_segments__right_backwards_fourteenth(profile):
    # Weakest rule first; later ones overwrite.
    scores = profile[["R", "F", "M"]].astype("Float64")
    R, F, M = (scores[c] for c in scores)
    out = pd.Series("other", index=profile.index, dtype=object)

    def holds(mask):
        return mask.fillna(False).to_numpy(dtype=bool)

    out[holds(R <= 2)] = "lost"
    out[holds(R >= 4)] = "recent"
    out[holds(R <= 2) & (holds(F >= 4) | holds(M >= 4))] = "at risk"
    out[holds(F >= 4) & holds(R >= 3)] = "loyal"
    out[holds(R >= 4) & holds(F >= 4) & holds(M >= 4)] = "champions"
    return out


def winback_itt__right_numpy(df):
    a, y = df["assigned"].to_numpy(dtype=bool), df["after"].to_numpy(dtype=float)
    y = np.nan_to_num(y, nan=0.0)
    if a.all() or not a.any():
        return float("nan")
    return float(y[a].mean() - y[~a].mean())


def winback_itt__right_pandas(df):
    means = df["after"].fillna(0.0).groupby(df["assigned"].to_numpy(dtype=bool)).mean()
    means = means.reindex([False, True])
    return float(means.iloc[1] - means.iloc[0])


def winback_itt__right_loop_fourteenth(df):
    sums, counts = {True: 0.0, False: 0.0}, {True: 0, False: 0}
    for assigned, after in zip(df["assigned"], df["after"]):
        counts[bool(assigned)] += 1
        if not pd.isna(after):
            sums[bool(assigned)] += float(after)
    if not all(counts.values()):
        return math.nan
    return sums[True] / counts[True] - sums[False] / counts[False]


def migration_matrix__right_crosstab_fourteenth(seg0, seg1, order):
    order = list(order)
    now = seg1.reindex(seg0.index).fillna("gone")
    counts = pd.crosstab(seg0.to_numpy(), now.to_numpy())
    counts = counts.reindex(index=order, columns=[*order, "gone"], fill_value=0).astype(float)
    total = counts.sum(axis=1)
    return counts.div(total.where(total > 0, 1.0), axis=0)


def migration_matrix__right_dictionary(seg0, seg1, order):
    later = dict(zip(seg1.index, seg1))
    rows = {s: Counter() for s in order}
    for customer, segment in zip(seg0.index, seg0):
        rows[segment][later.get(customer, "gone")] += 1
    columns = [*order, "gone"]
    values = [[rows[s][c] / max(1, sum(rows[s].values())) for c in columns] for s in order]
    return pd.DataFrame(values, index=list(order), columns=columns, dtype=float)


def migration_matrix__right_numpy_fourteenth(seg0, seg1, order):
    names = [*order, "gone"]
    place = {name: i for i, name in enumerate(names)}
    both = pd.concat([seg0.rename("a"), seg1.rename("b")], axis=1, join="outer")
    both = both[both["a"].notna()]
    counts = np.zeros((len(order), len(names)))
    for a, b in zip(both["a"], both["b"].fillna("gone")):
        counts[place[a], place[b]] += 1
    total = counts.sum(axis=1, keepdims=True)
    shares = np.divide(counts, total, out=np.zeros_like(counts), where=total > 0)
    return pd.DataFrame(shares, index=list(order), columns=names)


def retention_curve__right_pandas_fourteenth(activity, horizon, end):
    pairs = activity[["customer_id", "period"]].drop_duplicates()
    first = pairs.groupby("customer_id")["period"].transform("min")
    age = (pairs["period"] - first)[(first + horizon <= end).to_numpy()]
    n = int((age == 0).sum())
    if n == 0:
        return np.full(horizon + 1, np.nan)
    return age.value_counts().reindex(range(horizon + 1), fill_value=0).to_numpy(float) / n


def retention_curve__right_sets_fourteenth(activity, horizon, end):
    seen = defaultdict(set)
    for customer, period in zip(activity["customer_id"], activity["period"]):
        seen[customer].add(int(period))
    followed = [p for p in seen.values() if min(p) + horizon <= end]
    if not followed:
        return np.array([math.nan] * (horizon + 1))
    return np.array(
        [sum(min(p) + h in p for p in followed) / len(followed) for h in range(horizon + 1)]
    )


def retention_curve__right_matrix_fourteenth(activity, horizon, end):
    codes, _ = pd.factorize(activity["customer_id"])
    periods = activity["period"].to_numpy()
    n = codes.max() + 1 if len(codes) else 0
    first = np.full(n, np.iinfo(np.int64).max)
    np.minimum.at(first, codes, periods)
    age = periods - first[codes]
    grid = np.zeros((n, horizon + 1))
    inside = age <= horizon
    grid[codes[inside], age[inside]] = 1
    grid = grid[first <= end - horizon]
    return grid.mean(axis=0) if len(grid) else np.full(horizon + 1, np.nan)


def bgnbd_neg_log_likelihood__right_vector(params, x, t_x, T):
    r, alpha, a, b = (float(p) for p in params)
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    if not len(x):
        return 0.0
    common = special.gammaln(r + x) - special.gammaln(r) + r * math.log(alpha)
    common = common - special.betaln(a, b)
    stay = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    many = np.maximum(x, 1)
    go = special.betaln(a + 1, b + many - 1) - (r + x) * np.log(alpha + t_x)
    return float(-(common + np.where(x > 0, np.logaddexp(stay, go), stay)).sum())


def bgnbd_neg_log_likelihood__right_loop_fourteenth(params, x, t_x, T):
    r, alpha, a, b = map(float, params)

    def betaln(p, q):
        return math.lgamma(p) + math.lgamma(q) - math.lgamma(p + q)

    total = 0.0
    for n, last, whole in zip(x, t_x, T):
        n, last, whole = float(n), float(last), float(whole)
        head = math.lgamma(r + n) - math.lgamma(r) + r * math.log(alpha) - betaln(a, b)
        terms = [betaln(a, b + n) - (r + n) * math.log(alpha + whole)]
        if n > 0:
            terms.append(betaln(a + 1, b + n - 1) - (r + n) * math.log(alpha + last))
        top = max(terms)
        total -= head + top + math.log(sum(math.exp(v - top) for v in terms))
    return total


def bgnbd_neg_log_likelihood__right_factored_fourteenth(params, x, t_x, T):
    # B(a + 1, b + x - 1) / B(a, b + x) = a / (b + x - 1), so the second term is a multiple.
    r, alpha, a, b = np.asarray(params, float)
    x, t_x, T = np.array(x, float), np.array(t_x, float), np.array(T, float)
    nll = 0.0
    for some in (x == 0, x > 0):
        n = x[some]
        first = special.betaln(a, b + n) - special.betaln(a, b)
        first = first + special.gammaln(r + n) - special.gammaln(r)
        first = first - r * np.log1p(T[some] / alpha) - n * np.log(alpha + T[some])
        if some[x > 0].any() and len(n):
            log_odds = np.log(a / (b + n - 1)) + (r + n) * np.log(
                (alpha + T[some]) / (alpha + t_x[some])
            )
            first = first + np.logaddexp(0, log_odds)
        nll -= first.sum()
    return float(nll)


def ziln_loss__right_logaddexp_fourteenth(y, logit, mu, sigma):
    y, logit, mu = (np.asarray(v, float) for v in (y, logit, mu))
    sigma = np.broadcast_to(np.asarray(sigma, float), y.shape)
    buys = y > 0
    loss = np.where(buys, np.logaddexp(0, -logit), np.logaddexp(0, logit))
    log_y = np.log(np.where(buys, y, 1.0))
    part = log_y + np.log(sigma) + 0.5 * math.log(2 * math.pi) + 0.5 * ((log_y - mu) / sigma) ** 2
    return float((loss + np.where(buys, part, 0.0)).mean())


def ziln_loss__right_scipy_fourteenth(y, logit, mu, sigma):
    y, logit, mu = np.array(y, float), np.array(logit, float), np.array(mu, float)
    sigma = np.zeros(len(y)) + sigma
    b = y > 0
    total = -special.log_expit(logit[b]).sum() - special.log_expit(-logit[~b]).sum()
    total -= (stats.norm.logpdf(np.log(y[b]), mu[b], sigma[b]) - np.log(y[b])).sum()
    return float(total / len(y))


def ziln_loss__right_loop_fourteenth(y, logit, mu, sigma):
    sigma = np.full(len(y), sigma) if np.ndim(sigma) == 0 else sigma
    losses = []
    for spend, z, m, s in zip(y, logit, mu, sigma):
        spend, z, m, s = float(spend), float(z), float(m), float(s)
        towards = -z if spend > 0 else z
        loss = max(towards, 0.0) + math.log1p(math.exp(-abs(towards)))
        if spend > 0:
            u = math.log(spend)
            loss += u + math.log(s) + math.log(2 * math.pi) / 2 + ((u - m) / s) ** 2 / 2
        losses.append(loss)
    return math.fsum(losses) / len(losses)


def _ziln_fourteenth(y, logit, mu, sigma, jacobian=True):
    y, logit, mu = (np.asarray(v, float) for v in (y, logit, mu))
    s = np.broadcast_to(np.asarray(sigma, float), y.shape)
    b = y > 0
    u = np.log(np.where(b, y, 1.0))
    chance = np.logaddexp(0, np.where(b, -logit, logit))
    part = np.log(s) + 0.5 * math.log(2 * math.pi) + 0.5 * ((u - mu) / s) ** 2
    return b, chance, np.where(b, part + (u if jacobian else 0.0), 0.0)


def ziln_loss__wrong_clipped_mu(y, logit, mu, sigma):
    """Clips mu to plus or minus 20, "for stability": it may be -100 to 100."""
    _, chance, part = _ziln_fourteenth(y, logit, np.clip(np.asarray(mu, float), -20, 20), sigma)
    return float((chance + part).mean())


def normalised_gini__right_groups_fourteenth(y, score):
    y, score = np.asarray(y, float), np.asarray(score, float)
    if len(y) == 0 or y.min() == y.max():
        return float("nan")
    shared = pd.Series(y).groupby(score).transform("mean").to_numpy()

    def gini(values, by):
        curve = values[np.argsort(-by, kind="stable")].cumsum() / values.sum()
        return 2 * curve.mean() - (len(y) + 1) / len(y)

    return float(gini(shared, score) / gini(y, y))


def normalised_gini__right_ranks_fourteenth(y, score):
    # Each dollar at place p of n is in the curve from p to n: a sum over mid-ranks.
    y, score = np.asarray(y, float), np.asarray(score, float)
    if y.size == 0 or np.ptp(y) == 0:
        return math.nan
    n = len(y)

    def height(by):
        place = stats.rankdata(-by, method="average")
        return 2 * (y @ (n + 1 - place)) / (n * y.sum()) - (n + 1) / n

    return float(height(score) / height(y))


def normalised_gini__right_loop_fourteenth(y, score):
    y, score = [float(v) for v in y], [float(v) for v in score]
    if len(set(y)) < 2:
        return math.nan

    def area(by):
        groups = defaultdict(list)
        for value, s in zip(y, by):
            groups[s].append(value)
        so_far, heights = 0.0, 0.0
        for s in sorted(groups, reverse=True):
            mean = math.fsum(groups[s]) / len(groups[s])
            for _ in groups[s]:
                so_far += mean
                heights += so_far
        return 2 * heights / (len(y) * math.fsum(y)) - (len(y) + 1) / len(y)

    return area(score) / area(y)


def normalised_gini__wrong_one_spender_is_nan(y, score):
    """NaN if only one customer spends ("no order to judge")."""
    if (np.asarray(y) > 0).sum() < 2:
        return math.nan
    return normalised_gini__right_ranks_fourteenth(y, score)


def payback_month__right_loop_fourteenth(spend, margin, cac, rate=0.0):
    if cac <= 0:
        return 0
    so_far = 0.0
    for month, amount in enumerate(spend, start=1):
        so_far += margin * amount / (1 + rate) ** (month / 12)
        if so_far >= cac:
            return month
    return None


def payback_month__right_numpy_fourteenth(spend, margin, cac, rate=0.0):
    if cac <= 0:
        return 0
    spend = np.asarray(spend, float)
    months = np.arange(1, len(spend) + 1)
    so_far = np.cumsum(margin * spend * (1 + rate) ** (-months / 12))
    hit = np.flatnonzero(so_far >= cac)
    return int(hit[0]) + 1 if hit.size else None


def payback_month__right_accumulate_fourteenth(spend, margin, cac, rate=0.0):
    today = (v * margin / (1 + rate) ** (m / 12) for m, v in enumerate(spend, 1))
    sums = itertools.accumulate(today, initial=0.0)
    return next((m for m, total in enumerate(sums) if total >= cac), None)


def payback_month__right_countdown_fourteenth(spend, margin, cac, rate=0.0):
    open_sum, month = float(cac), 0
    for amount in spend:
        if open_sum <= 0:
            break
        month += 1
        open_sum -= margin * float(amount) * (1 + rate) ** (-month / 12)
    return month if open_sum <= 0 else None


def _payback_fourteenth(spend, margin, cac, factor, enough=lambda total, cac: total >= cac):
    if cac <= 0:
        return 0
    total = 0.0
    for m, v in enumerate(spend, 1):
        total += margin * v * factor(m)
        if enough(total, cac):
            return m
    return None


def payback_month__wrong_close_enough(spend, margin, cac, rate=0.0):
    """np.isclose counts as reached: 9,999.95 of 10,000 USD."""
    return _payback_fourteenth(
        spend,
        margin,
        cac,
        lambda m: (1 + rate) ** (-m / 12),
        lambda t, c: t >= c or np.isclose(t, c),
    )


def survival_curve__right_loop_fourteenth(days, left, horizon):
    days, left = np.asarray(days), np.asarray(left, dtype=bool)
    curve = [1.0]
    for d in range(1, horizon + 1):
        there = int((days >= d).sum())
        if there == 0:
            curve.append(math.nan)
        else:
            curve.append(curve[-1] * (1 - int((left & (days == d)).sum()) / there))
    return np.array(curve)


def survival_curve__right_counts_fourteenth(days, left, horizon):
    days, left = np.asarray(days, dtype=int), np.asarray(left, dtype=bool)
    size = max(horizon, int(days.max()) if len(days) else 0) + 1
    ends = np.bincount(days, minlength=size).astype(float)
    gone = np.bincount(days[left], minlength=size).astype(float)
    there = ends[::-1].cumsum()[::-1]
    stay = np.full(size, np.nan)
    np.divide(there - gone, there, out=stay, where=there > 0)
    stay[0] = 1.0
    return stay.cumprod()[: horizon + 1]


def survival_curve__right_sorted_fourteenth(days, left, horizon):
    # One user after another: leavers of a day before those whose observation ends on it.
    rows = sorted(zip((int(d) for d in days), (not bool(v) for v in left)))
    curve = np.full(horizon + 1, np.nan)
    curve[0] = 1.0
    share, there, i = 1.0, len(rows), 0
    for d in range(1, horizon + 1):
        if there == 0:
            break
        while i < len(rows) and rows[i][0] == d:
            if not rows[i][1]:
                share *= (there - 1) / there
            there -= 1
            i += 1
        curve[d] = share
    return curve


def survival_curve__wrong_only_days_of_leaving(days, left, horizon):
    """Takes users off the number observed only on days when somebody leaves: one whose observation ends between stays in it."""
    days, left = np.asarray(days), np.asarray(left, bool)
    curve, there, last = [1.0], len(days), int(days.max()) if len(days) else 0
    for d in range(1, horizon + 1):
        gone = int((left & (days == d)).sum())
        if d > last:
            curve.append(math.nan)
            continue
        curve.append(curve[-1] * (1 - gone / there) if there else curve[-1])
        if gone:
            there -= gone + int((~left & (days == d)).sum())
    return np.array(curve)


def bgnbd_neg_log_likelihood__wrong_drops_the_young(params, x, t_x, T):
    """Drops customers with less than one unit of time since the first purchase: T = 0.5, x = 0 has a term."""
    keep = np.asarray(T, float) >= 1
    return bgnbd_neg_log_likelihood__right_vector(
        params, np.asarray(x)[keep], np.asarray(t_x)[keep], np.asarray(T)[keep]
    )


# ---- Fourteenth bank, what was refused from the start ------------------------------------------


def break_segmentation__wrong_orders_and_money_agree(defect):
    """For unscaled the best two groups by money alone are the best by logarithms and orders too."""
    # Three clear groups by order of magnitude, the rich first; money and orders disagree.
    customers = [
        (100, 5000.0, 1, 1, 30.0),
        (120, 5200.0, 0, 0, 7.0),
        (1, 5.0, 1, 0, 1.0),
        (1, 6.0, 0, 0, 2.0),
        (10, 80.0, 1, 1, 12.0),
        (11, 90.0, 0, 0, 3.0),
    ]
    if defect == "no_logarithm":
        # One very large customer takes a group of her own.
        customers[0] = (10_000, 10_000.0, 1, 1, 30.0)
        return customers, 2
    if defect == "unscaled":
        money = (300.0, 800.0, 320.0, 790.0, 780.0, 340.0)
        orders = (60, 55, 2, 1, 2, 50)
        return [(n, v, *c[2:]) for n, v, c in zip(orders, money, customers)], 2
    return customers, 3


def break_segmentation__wrong_scales_agree(defect):
    """For unscaled orders and money give the same two groups in any unit."""
    if defect == "unscaled":
        return _RICH_FIRST_fourteenth, 2
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_one_group_each(defect):
    """For unscaled four customers and k = 4: each is a group, numbered by money, on any scale."""
    if defect == "unscaled":
        return [
            (1, 900.0, 1, 1, 5.0),
            (90, 100.0, 0, 0, 1.0),
            (1, 50.0, 0, 0, 0.0),
            (9, 9.0, 1, 0, 2.0),
        ], 4
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_no_large_customer(defect):
    """For no_logarithm nobody is very large, so the groups stay."""
    if defect == "no_logarithm":
        return [
            (1, 10.0, 1, 1, 3.0),
            (2, 20.0, 1, 0, 0.0),
            (8, 70.0, 0, 0, 4.0),
            (9, 80.0, 0, 0, 9.0),
        ], 2
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_poor_first(defect):
    """For numbers_of_one_run the list begins with the poorest group, so the numbers agree."""
    if defect == "numbers_of_one_run":
        return _RICH_FIRST_fourteenth[::-1], 2
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_asks_for_four(defect):
    """For always_four k is 4."""
    if defect == "always_four":
        return _RICH_FIRST_fourteenth, 4
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_gap_of_zero(defect):
    """For before_and_after the others spend after what the assigned spent before, on average."""
    if defect == "before_and_after":
        rows = [
            (90, 20.0, 1, 1, 25.0),
            (80, 12.0, 0, 0, 11.0),
            (1, 4.0, 1, 0, 0.0),
            (2, 2.0, 0, 0, 13.0),
        ]
        return rows, 2
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_all_opened_fourteenth(defect):
    """For as_treated all who were assigned opened the mail, so the groups are the same."""
    if defect == "as_treated":
        return [(a, b, c, c, e) for a, b, c, _, e in _RICH_FIRST_fourteenth], 2
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_opened_by_others(defect):
    """For as_treated somebody opened who was not assigned: not allowed."""
    if defect == "as_treated":
        rows = list(_RICH_FIRST_fourteenth)
        rows[1] = (80, 800.0, 0, 1, 6.0)
        return rows, 2
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_three_different(defect):
    """For before_and_after only three customers differ in orders or spend before."""
    if defect == "before_and_after":
        return [*_RICH_FIRST_fourteenth[:3], (1, 9.0, 0, 0, 4.0)], 2
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_nobody_opened_fourteenth(defect):
    """For before_and_after nobody opened the mail."""
    if defect == "before_and_after":
        return [(a, b, c, 0, e) for a, b, c, _, e in _RICH_FIRST_fourteenth], 2
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_too_large(defect):
    """For no_logarithm a customer spent 90,000 USD: at most 10,000 is allowed."""
    if defect == "no_logarithm":
        return [*_LOG_CASE_fourteenth[:3], (900, 90_000.0, 0, 0, 9.0)], 2
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_five_groups(defect):
    """For always_four k is 5: at most 4 is allowed."""
    if defect == "always_four":
        return _SCALE_CASE_fourteenth, 5
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_everybody_assigned(defect):
    """For as_treated nobody is left out of the mail, so the correct effect does not exist."""
    if defect == "as_treated":
        return [(a, b, 1, d, e) for a, b, _, d, e in _RICH_FIRST_fourteenth], 2
    return _SEGMENT_CASES_fourteenth[defect]


def break_segmentation__wrong_nine(defect):
    """For numbers_of_one_run there are nine customers."""
    if defect == "numbers_of_one_run":
        return [*_RICH_FIRST_fourteenth, *_RICH_FIRST_fourteenth, _RICH_FIRST_fourteenth[0]], 2
    return _SEGMENT_CASES_fourteenth[defect]


def _by_rules(profile, name, drop_index=False):
    names = [name(*row) for row in zip(*_scores_fourteenth(profile))]
    return pd.Series(names, index=None if drop_index else profile.index, dtype=object)


def _segment_name(r, f, m):
    if r >= 4 and f >= 4 and m >= 4:
        return "champions"
    if f >= 4 and r >= 3:
        return "loyal"
    if r <= 2 and (f >= 4 or m >= 4):
        return "at risk"
    if r >= 4:
        return "recent"
    return "lost" if r <= 2 else "other"


def assign_segments__wrong_precedence(profile):
    """No brackets round "F or M": R = 3, F = 1, M = 5 becomes at risk."""
    R, F, M = _scores_fourteenth(profile)
    conditions = [
        (R >= 4) & (F >= 4) & (M >= 4),
        (F >= 4) & (R >= 3),
        (R <= 2) & (F >= 4) | (M >= 4),
        R >= 4,
        R <= 2,
    ]
    names = np.select(conditions, _RULES_fourteenth, default="other").astype(object)
    return pd.Series(names, index=profile.index, dtype=object)


def assign_segments__wrong_missing_is_zero_fourteenth(profile):
    """A missing score is taken as 0, so a missing R is "2 or less": lost and not other."""
    return assign_segments__right_loop_fourteenth(
        profile[["R", "F", "M"]].astype("Float64").fillna(0)
    )


def assign_segments__wrong_any_missing_is_other_fourteenth(profile):
    """One missing score makes the row other: R = 5, F = 5, M missing is loyal."""
    return _by_rules(
        profile,
        lambda r, f, m: "other" if math.isnan(r + f + m) else _segment_name(r, f, m),
    )


def assign_segments__wrong_lost_is_the_rest(profile):
    """Other is R = 3 and the rest is lost: a missing R becomes lost."""

    def name(r, f, m):
        got = _segment_name(r, f, m)
        if got in ("lost", "other"):
            return "other" if r == 3 else "lost"
        return got

    return _by_rules(profile, name)


def assign_segments__wrong_not_three_or_more(profile):
    """Tests R of at risk as "not 3 or more", which a missing R satisfies: R missing, F = 5 is other."""

    def name(r, f, m):
        if r >= 4 and f >= 4 and m >= 4:
            return "champions"
        if f >= 4 and r >= 3:
            return "loyal"
        if not r >= 3 and (f >= 4 or m >= 4):
            return "at risk"
        return _segment_name(r, f, m)

    return _by_rules(profile, name)


def assign_segments__wrong_sum_of_scores(profile):
    """A champion has 12 points in all: 5, 5 and 2 has, too."""
    return _by_rules(
        profile, lambda r, f, m: "champions" if r + f + m >= 12 else _segment_name(r, f, m)
    )


def assign_segments__wrong_champions_of_five(profile):
    """More than 4 in R for champions: R = 4, F = M = 4 is loyal."""

    def name(r, f, m):
        got = _segment_name(r, f, m)
        return "loyal" if got == "champions" and r == 4 else got

    return _by_rules(profile, name)


def assign_segments__wrong_recent_before_loyal(profile):
    """Recent is checked before loyal: R = 5, F = 4, M = 1."""

    def name(r, f, m):
        got = _segment_name(r, f, m)
        return "recent" if got == "loyal" and r >= 4 else got

    return _by_rules(profile, name)


def assign_segments__wrong_or_with_missing(profile):
    """A missing M (or F) makes "F or M" false: R = 1, F = 5, M missing is at risk and not lost."""

    def name(r, f, m):
        got = _segment_name(r, f, m)
        if got == "at risk" and math.isnan(f + m):
            return "lost"
        return got

    return _by_rules(profile, name)


def assign_segments__wrong_labels_as_keys(profile):
    """Goes through a dictionary by index label, so of equal labels all get the last one's segment."""
    names = dict(zip(profile.index, assign_segments__right_loop_fourteenth(profile)))
    return pd.Series([names[label] for label in profile.index], index=profile.index, dtype=object)


def assign_segments__wrong_one_row_for_each_label(profile):
    """Returns one row for each label of the index, when labels repeat."""
    out = assign_segments__right_loop_fourteenth(profile)
    return out[~out.index.duplicated()]


def assign_segments__wrong_new_index_fourteenth(profile):
    """Returns rows numbered from 0, not the index of ``profile``."""
    return _by_rules(profile, _segment_name, drop_index=True)


def assign_segments__wrong_adds_a_column(profile):
    """Writes the segment into ``profile``, which must not change."""
    profile["segment"] = assign_segments__right_loop_fourteenth(profile)
    return profile["segment"].copy()


def assign_segments__wrong_fails_on_empty(profile):
    """Joins one series for each kind of customer: there is nothing to join when ``profile`` is empty."""
    names = assign_segments__right_loop_fourteenth(profile)
    rows = pd.Series(np.arange(len(names)))
    parts = [pd.Series(name, index=rows[(names == name).to_numpy()]) for name in names.unique()]
    out = pd.concat(parts).sort_index()
    return pd.Series(out.to_numpy(), index=profile.index, dtype=object)


def assign_segments__wrong_fails_on_na(profile):
    """Asks pd.NA for its truth: raises on a missing score in a nullable column."""
    names = [_segment_name(*row) for row in zip(profile["R"], profile["F"], profile["M"])]
    return pd.Series(names, index=profile.index, dtype=object)


def _gap(df):
    a, y = df["assigned"].to_numpy(bool), df["after"].to_numpy(float)
    if a.all() or not a.any():
        return math.nan
    return float(y[a].mean() - y[~a].mean())


def winback_itt__wrong_skips_missing(df):
    """The mean skips NaN, so customers without an order are left out."""
    a = df["assigned"].to_numpy(bool)
    return float(df["after"][a].mean() - df["after"][~a].mean())


def winback_itt__wrong_fills_assigned_only(df):
    """NaN becomes 0 only among the assigned; among the others it is skipped."""
    a = df["assigned"].to_numpy(bool)
    return float(df["after"][a].fillna(0).mean() - df["after"][~a].mean())


def winback_itt__wrong_opened_against_rest(df):
    """Compares those who opened with all others."""
    return _gap(df.assign(assigned=df["opened"], after=df["after"].fillna(0)))


def winback_itt__wrong_opened_against_hold_out(df):
    """Only those who opened count as assigned."""
    a, o = df["assigned"].to_numpy(bool), df["opened"].to_numpy(bool)
    return _gap(df[(a & o) | ~a].assign(after=lambda d: d["after"].fillna(0)))


def winback_itt__wrong_change_fourteenth(df):
    """Difference in differences, with ``before``: hidden while all spent the same before."""
    return _gap(df.assign(after=df["after"].fillna(0) - df["before"]))


def winback_itt__wrong_zero_without_a_group(df):
    """0 when a group is empty."""
    value = winback_itt__right_numpy(df)
    return 0.0 if math.isnan(value) else value


def winback_itt__wrong_no_control_is_zero(df):
    """Without anybody unassigned, takes their mean as 0."""
    a, y = df["assigned"].to_numpy(bool), df["after"].fillna(0).to_numpy(float)
    if not a.any():
        return math.nan
    return float(y[a].mean() - (y[~a].mean() if (~a).any() else 0.0))


def winback_itt__wrong_active_only(df):
    """Leaves out customers who spent nothing before and after."""
    keep = (df["before"].fillna(0) > 0) | (df["after"].fillna(0) > 0)
    return _gap(df[keep.to_numpy()].assign(after=lambda d: d["after"].fillna(0)))


def winback_itt__wrong_drop_duplicates(df):
    """Drops equal rows, though each is a customer."""
    return _gap(df.drop_duplicates().assign(after=lambda d: d["after"].fillna(0)))


def winback_itt__wrong_labels_select(df):
    """Selects by label: where labels of the index repeat, rows of both groups come along."""
    y = df["after"].fillna(0)
    a = df["assigned"].to_numpy(bool)
    if a.all() or not a.any():
        return math.nan
    return float(y.loc[df.index[a]].mean() - y.loc[df.index[~a]].mean())


def winback_itt__wrong_first_of_a_label(df):
    """Keeps the first row of each label of the index."""
    return _gap(df[~df.index.duplicated()].assign(after=lambda d: d["after"].fillna(0)))


def winback_itt__wrong_fills_in_place_fourteenth(df):
    """Writes 0 into the caller's table."""
    df["after"] = df["after"].fillna(0.0)
    return _gap(df)


def winback_itt__wrong_median_fourteenth(df):
    """The median of each group, not the mean."""
    a, y = df["assigned"].to_numpy(bool), df["after"].fillna(0).to_numpy(float)
    if a.all() or not a.any():
        return math.nan
    return float(np.median(y[a]) - np.median(y[~a]))


def winback_itt__wrong_per_opener_fourteenth(df):
    """Divides by the share who opened (the effect on the openers, CACE): shows unless all assigned opened."""
    a, o = df["assigned"].to_numpy(bool), df["opened"].to_numpy(bool)
    value = winback_itt__right_numpy(df)
    share = o[a].mean() if a.any() else 0.0
    return value / share if share > 0 else value


def winback_itt__wrong_raises_for_one_group(df):
    """Looks both groups up by name: KeyError when one is empty."""
    means = df["after"].fillna(0).groupby(df["assigned"].to_numpy(bool)).mean()
    return float(means[True] - means[False])


def _counts_fourteenth(seg0, seg1, order):
    order = list(order)
    now = seg1.reindex(seg0.index).fillna("gone")
    counts = pd.crosstab(seg0.to_numpy(), now.to_numpy())
    return counts.reindex(index=order, columns=[*order, "gone"], fill_value=0).astype(float)


def migration_matrix__wrong_inner_join_fourteenth(seg0, seg1, order):
    """Loses the customers who are gone: the column ``gone`` is 0."""
    keep = seg0.index.isin(seg1.index)
    return migration_matrix__right_crosstab_fourteenth(seg0[keep], seg1, order)


def migration_matrix__wrong_by_position_fourteenth(seg0, seg1, order):
    """Puts the two series side by side by position when they have the same length."""
    if len(seg0) == len(seg1) and set(seg0.index) == set(seg1.index):
        seg1 = pd.Series(seg1.to_numpy(), index=seg0.index)
    return migration_matrix__right_crosstab_fourteenth(seg0, seg1, order)


def migration_matrix__wrong_nan_for_empty_fourteenth(seg0, seg1, order):
    """0 / 0 for a segment that was empty: NaN and not 0."""
    counts = _counts_fourteenth(seg0, seg1, order)
    return counts.div(counts.sum(axis=1), axis=0)


def migration_matrix__wrong_no_gone_column_fourteenth(seg0, seg1, order):
    """The column ``gone`` is missing if nobody is gone."""
    out = migration_matrix__right_crosstab_fourteenth(seg0, seg1, order)
    return out if (out["gone"] > 0).any() else out.drop(columns="gone")


def migration_matrix__wrong_observed_columns(seg0, seg1, order):
    """Segments in which nobody is in the second period have no column."""
    out = migration_matrix__right_crosstab_fourteenth(seg0, seg1, order)
    seen = [c for c in order if c in set(seg1)]
    return out[[*seen, "gone"]]


def migration_matrix__wrong_observed_rows(seg0, seg1, order):
    """Segments that were empty in the first period have no row."""
    out = migration_matrix__right_crosstab_fourteenth(seg0, seg1, order)
    return out.loc[[s for s in order if s in set(seg0)]]


def migration_matrix__wrong_survivors(seg0, seg1, order):
    """Shares of those who are still there, beside the share that is gone: rows sum to more than 1."""
    counts, out = (
        _counts_fourteenth(seg0, seg1, order),
        migration_matrix__right_crosstab_fourteenth(seg0, seg1, order),
    )
    stay = counts[list(order)].sum(axis=1)
    out[list(order)] = counts[list(order)].div(stay.where(stay > 0, 1), axis=0)
    return out


def migration_matrix__wrong_by_column(seg0, seg1, order):
    """Divides by the column: where the customers of a segment come from."""
    counts = _counts_fourteenth(seg0, seg1, order)
    total = counts.sum()
    return counts.div(total.where(total > 0, 1), axis=1)


def migration_matrix__wrong_of_everybody(seg0, seg1, order):
    """Divides by all customers, not by those of the row."""
    counts = _counts_fourteenth(seg0, seg1, order)
    return counts / max(1.0, counts.to_numpy().sum())


def migration_matrix__wrong_alphabetical_fourteenth(seg0, seg1, order):
    """Rows and columns in alphabetical order."""
    out = migration_matrix__right_crosstab_fourteenth(seg0, seg1, order)
    return out.loc[sorted(order), [*sorted(order), "gone"]]


def migration_matrix__wrong_new_ones_in_denominator(seg0, seg1, order):
    """New customers count in the row of the segment they are in now."""
    counts = _counts_fourteenth(seg0, seg1, order)
    new = seg1[~seg1.index.isin(seg0.index)].value_counts()
    total = counts.sum(axis=1) + new.reindex(list(order), fill_value=0)
    return counts.div(total.where(total > 0, 1), axis=0)


def migration_matrix__wrong_empty_is_gone(seg0, seg1, order):
    """An empty segment gets 1 in ``gone``, so that its row sums to 1."""
    out = migration_matrix__right_crosstab_fourteenth(seg0, seg1, order)
    out.loc[out.sum(axis=1) == 0, "gone"] = 1.0
    return out


def migration_matrix__wrong_transposed_fourteenth(seg0, seg1, order):
    """Backwards: where those of the second period were before (rows are the second period)."""
    keep = seg1.index.isin(seg0.index)
    out = migration_matrix__right_crosstab_fourteenth(seg1[keep], seg0, order)
    gone = migration_matrix__right_crosstab_fourteenth(seg0, seg1, order)["gone"]
    out["gone"] = gone
    return out


def migration_matrix__wrong_rounded_fourteenth(seg0, seg1, order):
    """Rounds shares to two decimals: three thirds sum to 0.99."""
    return migration_matrix__right_crosstab_fourteenth(seg0, seg1, order).round(2)


def migration_matrix__wrong_forward_fill(seg0, seg1, order):
    """Forward fills while it aligns, so a gone customer gets the segment of the one before in the index."""
    try:
        now = seg1.sort_index().reindex(seg0.sort_index().index, method="ffill")
    except (TypeError, ValueError):
        now = seg1
    return migration_matrix__right_crosstab_fourteenth(seg0, now.dropna(), order)


def _ages_fourteenth(activity, horizon, end):
    pairs = activity[["customer_id", "period"]].drop_duplicates().reset_index(drop=True)
    pairs["first"] = pairs.groupby("customer_id")["period"].transform("min")
    pairs["age"] = pairs["period"] - pairs["first"]
    return pairs


def _curve_of(ages, horizon, n):
    if n == 0:
        return np.full(horizon + 1, np.nan)
    return np.array([(ages == h).sum() / n for h in range(horizon + 1)], float)


def retention_curve__wrong_all_in_denominator(activity, horizon, end):
    """Divides by all customers, those who joined too late as well."""
    p = _ages_fourteenth(activity, horizon, end)
    kept = p[p["first"] + horizon <= end]
    if kept.empty:
        return np.full(horizon + 1, np.nan)
    return _curve_of(kept["age"], horizon, p["customer_id"].nunique())


def retention_curve__wrong_each_age_its_own(activity, horizon, end):
    """Each element counts those observed until that age, so other customers stand behind each."""
    p = _ages_fourteenth(activity, horizon, end)
    p = p[p["period"] <= end]
    if not (p["first"] + horizon <= end).any():
        return np.full(horizon + 1, np.nan)
    out = []
    for h in range(horizon + 1):
        some = p[p["first"] + h <= end]
        out.append((some["age"] == h).sum() / some["customer_id"].nunique())
    return np.array(out)


def retention_curve__wrong_counts_orders_fourteenth(activity, horizon, end):
    """Counts orders after the first period, so two orders in a period count twice."""
    first = activity.groupby("customer_id")["period"].transform("min")
    keep = (first + horizon <= end).to_numpy()
    age = (activity["period"] - first)[keep]
    n = activity["customer_id"][keep].nunique()
    out = _curve_of(age, horizon, n)
    if n:
        out[0] = 1.0
    return out


def retention_curve__wrong_or_later_fourteenth(activity, horizon, end):
    """Share with an order h periods after the first OR LATER."""
    p = _ages_fourteenth(activity, horizon, end)
    kept = p[p["first"] + horizon <= end]
    if kept.empty:
        return np.full(horizon + 1, np.nan)
    last = kept.groupby("customer_id")["age"].max()
    return np.array([(last >= h).mean() for h in range(horizon + 1)])


def retention_curve__wrong_zeros_for_nobody_fourteenth(activity, horizon, end):
    """0 when nobody was observed that long."""
    return np.nan_to_num(retention_curve__right_sets_fourteenth(activity, horizon, end))


def retention_curve__wrong_one_for_nobody(activity, horizon, end):
    """Element 0 is 1 also when nobody was observed that long: it must be NaN."""
    out = retention_curve__right_sets_fourteenth(activity, horizon, end)
    out[0] = 1.0
    return out


def retention_curve__wrong_strict_end_fourteenth(activity, horizon, end):
    """First period plus horizon must be BELOW end."""
    return retention_curve__right_sets_fourteenth(activity, horizon, end - 1)


def retention_curve__wrong_first_row_fourteenth(activity, horizon, end):
    """Takes the first row of a customer for her first period: rows come in any order."""
    seen, first = defaultdict(set), {}
    for c, p in zip(activity["customer_id"], activity["period"]):
        seen[c].add(int(p))
        first.setdefault(c, int(p))
    kept = [c for c in seen if first[c] + horizon <= end]
    if not kept:
        return np.full(horizon + 1, np.nan)
    return np.array([np.mean([first[c] + h in seen[c] for c in kept]) for h in range(horizon + 1)])


def retention_curve__wrong_last_row_is_the_end(activity, horizon, end):
    """Ignores ``end`` and takes the last period in the table: rows after the end, or a silent end."""
    last = int(activity["period"].max()) if len(activity) else end
    return retention_curve__right_sets_fourteenth(activity, horizon, last)


def retention_curve__wrong_own_last_order(activity, horizon, end):
    """Takes a customer as observed until her last order, so those who left do not count."""
    p = _ages_fourteenth(activity, horizon, end)
    p = p[p["period"] <= end]
    last = p.groupby("customer_id")["age"].transform("max")
    kept = p[last >= horizon]
    return _curve_of(kept["age"], horizon, kept["customer_id"].nunique())


def retention_curve__wrong_observed_ages_only(activity, horizon, end):
    """An age at which nobody came is NaN and not 0 (reindex without a fill)."""
    out = retention_curve__right_sets_fourteenth(activity, horizon, end)
    out[out == 0] = np.nan
    return out


def retention_curve__wrong_unbroken_fourteenth(activity, horizon, end):
    """Counts only customers who came in every period up to h."""
    seen = defaultdict(set)
    for c, p in zip(activity["customer_id"], activity["period"]):
        seen[c].add(int(p))
    kept = [p for p in seen.values() if min(p) + horizon <= end]
    if not kept:
        return np.full(horizon + 1, np.nan)
    return np.array(
        [
            np.mean([all(min(p) + j in p for j in range(h + 1)) for p in kept])
            for h in range(horizon + 1)
        ]
    )


def retention_curve__wrong_changes_the_table(activity, horizon, end):
    """Adds a column to the caller's table."""
    activity["first"] = activity.groupby("customer_id")["period"].transform("min")
    return retention_curve__right_sets_fourteenth(activity, horizon, end)


def retention_curve__wrong_one_start_for_all(activity, horizon, end):
    """Counts ages from the earliest period of the table, not from each customer's own."""
    p = _ages_fourteenth(activity, horizon, end)
    start = p["period"].min() if len(p) else 0
    kept = p[p["first"] + horizon <= end]
    return _curve_of(kept["period"] - start, horizon, kept["customer_id"].nunique())


def retention_curve__wrong_drops_one_timers(activity, horizon, end):
    """Leaves out customers who never came back: "active customers only"."""
    p = _ages_fourteenth(activity, horizon, end)
    kept = p[p["first"] + horizon <= end]
    size = kept.groupby("customer_id")["age"].transform("size")
    some = kept[size > 1]
    if some.empty:
        some = kept
    return _curve_of(some["age"], horizon, some["customer_id"].nunique())


def retention_curve__wrong_cohort_mean(activity, horizon, end):
    """The mean of the curves of the cohorts, each with the same weight."""
    p = _ages_fourteenth(activity, horizon, end)
    kept = p[p["first"] + horizon <= end]
    if kept.empty:
        return np.full(horizon + 1, np.nan)
    curves = [
        _curve_of(c["age"], horizon, c["customer_id"].nunique()) for _, c in kept.groupby("first")
    ]
    return np.mean(curves, axis=0)


def retention_curve__wrong_drops_duplicate_labels(activity, horizon, end):
    """Keeps the first row of each label of the index: labels may repeat."""
    return retention_curve__right_sets_fourteenth(
        activity[~activity.index.duplicated()], horizon, end
    )


def _close_curves(got, want):
    got = np.asarray(got, dtype=float)
    return got.shape == np.shape(want) and bool(np.allclose(got, want, atol=1e-9, equal_nan=True))


def _orders_table(rows, index=None):
    return pd.DataFrame(
        {"customer_id": [r[0] for r in rows], "period": [r[1] for r in rows]}, index=index
    )


_RETENTION_ROWS = [
    (1, 3), (1, 0), (1, 0), (1, 3), (2, 1), (2, 2), (2, 2), (3, 2), (4, 6), (4, 7),
    (5, 4), (5, 5), (6, 1), (6, 9), (7, 9), (7, 10), (8, 0), (8, 1), (8, 2), (8, 3), (9, 3), (9, 5),
]  # fmt: skip


def kill_retention__right_dozen(fn):
    table = _orders_table(_RETENTION_ROWS, index=[0] * 11 + [5] * 11)
    for horizon in range(7):
        for end in (0, 1, 3, 5, 6, 7, 12):
            before = table.copy()
            got = fn(table, horizon, end)
            if not table.equals(before):
                return False
            if not _close_curves(got, retention_curve__right_sets_fourteenth(before, horizon, end)):
                return False
    return True


def kill_retention__right_random_fourteenth(fn):
    rng = np.random.default_rng(4)
    for _ in range(150):
        n = int(rng.integers(1, 25))
        table = pd.DataFrame(
            {
                "customer_id": rng.integers(1, 9, n),
                "period": rng.integers(0, 9, n) + int(rng.integers(3)),
            }
        )
        table.index = rng.integers(0, 5, n)
        horizon, end = int(rng.integers(0, 6)), int(rng.integers(0, 11))
        want = retention_curve__right_pandas_fourteenth(table.copy(), horizon, end)
        kept = table.copy(deep=True)
        if not _close_curves(fn(table, horizon, end), want) or not kept.equals(table):
            return False
    return True


def kill_retention__right_by_hand_fourteenth(fn):
    rows = [
        (1, 4),
        (1, 1),
        (1, 4),
        (1, 2),
        (2, 2),
        (3, 2),
        (3, 3),
        (4, 3),
        (4, 5),
        (4, 6),
        (5, 6),
        (5, 9),
    ]
    cases = [
        (rows, 0, 6, [1.0]),
        (rows, 1, 4, [1.0, 0.5]),
        (rows, 2, 5, [1.0, 0.5, 0.25]),
        (rows, 3, 5, [1.0, 2 / 3, 0.0, 1 / 3]),
        (rows, 3, 6, [1.0, 0.5, 0.25, 0.5]),
        (rows, 3, 9, [1.0, 0.4, 0.2, 0.6]),
        (rows, 5, 5, [np.nan] * 6),
        (rows, 0, 0, [np.nan]),
        ([(1, 0), (2, 0)], 3, 3, [1.0, 0.0, 0.0, 0.0]),
        ([(1, 0), (2, 0), (3, 0), (2, 1), (3, 3), (4, 3)], 3, 3, [1.0, 1 / 3, 0.0, 1 / 3]),
    ]
    for each, horizon, end, want in cases:
        table = _orders_table(each)
        copy = table.copy()
        if not _close_curves(fn(table, horizon, end), np.array(want)) or not table.equals(copy):
            return False
    return True


def kill_retention__wrong_accepts_all(fn):
    """Always True."""
    return True


def kill_retention__wrong_rejects_all(fn):
    """Always False."""
    return False


def kill_retention__wrong_only_the_example_fourteenth(fn):
    """The docstring's example only: repeat orders, late joiners and NaN are hardly tested."""
    table = _orders_table([(1, 0), (1, 0), (1, 2), (2, 1)])
    return _close_curves(fn(table, 2, 2), [1.0, 0.0, 1.0])


def kill_retention__wrong_calls_tolist(fn):
    """Calls .tolist() on the result: a right version that returns a list is rejected."""
    try:
        fn(_orders_table([(1, 0)]), 0, 0).tolist()
    except AttributeError:
        return False
    return kill_retention__right_dozen(fn)


def kill_retention__wrong_wants_an_array(fn):
    """Requires an ndarray, though lists and series are allowed."""
    return isinstance(
        fn(_orders_table([(1, 0)]), 0, 0), np.ndarray
    ) and kill_retention__right_dozen(fn)


def kill_retention__wrong_nan_by_equality_fourteenth(fn):
    """Compares without equal NaN, so it rejects all right ones when nobody was observed that long."""
    table = _orders_table(_RETENTION_ROWS)
    return all(
        np.allclose(
            np.asarray(fn(table.copy(), h, 4), float),
            retention_curve__right_sets_fourteenth(table, h, 4),
        )
        for h in range(7)
    )


def kill_retention__wrong_zero_for_nobody_fourteenth(fn):
    """Expects zeros when nobody was observed that long."""
    table = _orders_table([(1, 3)])
    return _close_curves(fn(table, 2, 3), [0.0, 0.0, 0.0]) and kill_retention__right_dozen(fn)


def kill_retention__wrong_each_age_its_own(fn):
    """Its reference counts for each age those observed until then, so it rejects right ones."""
    table = _orders_table(_RETENTION_ROWS)
    return all(
        _close_curves(fn(table.copy(), h, 6), retention_curve__wrong_each_age_its_own(table, h, 6))
        for h in range(5)
    )


def kill_retention__wrong_tidy_table(fn):
    """Sorted rows, one order a period, everybody from period 0 to the end: late joiners, repeats and order are not tested."""
    rows = [(c, p) for c in range(6) for p in range(7) if p == 0 or (c * p) % 3 == 1]
    table = _orders_table(rows)
    return all(
        _close_curves(fn(table.copy(), h, 6), retention_curve__right_sets_fourteenth(table, h, 6))
        for h in range(7)
    )


def kill_retention__wrong_horizon_zero_only(fn):
    """Tests only horizon 0 and the first element, which are 1 for nearly any version."""
    table = _orders_table(_RETENTION_ROWS)
    return all(float(np.asarray(fn(table.copy(), h, 9), float)[0]) == 1.0 for h in range(4))


def kill_retention__wrong_last_element_only(fn):
    """Compares the last element on one table without repeats or late joiners."""
    table = _orders_table([(1, 0), (1, 2), (2, 0), (3, 0), (3, 2)])
    return abs(float(np.asarray(fn(table, 2, 2), float)[-1]) - 2 / 3) < 1e-9


def kill_retention__wrong_table_keeps_its_rows(fn):
    """Uses one table for all calls and compares with the table as it was changed by ``fn`` (sums only)."""
    table = _orders_table([(1, 0), (1, 1), (2, 0)])
    a, b = np.asarray(fn(table, 1, 3), float), retention_curve__right_pandas_fourteenth(table, 1, 3)
    return bool(np.isclose(a.sum(), b.sum()))


def kill_retention__wrong_rounded_expectations(fn):
    """Expects curves rounded to two decimals, so thirds are rejected."""
    table = _orders_table([(1, 0), (1, 1), (2, 0), (3, 0)])
    return list(map(float, fn(table, 1, 1))) == [1.0, 0.33] and kill_retention__right_dozen(fn)


_RFM = ["recency", "frequency", "monetary"]


def _standard(df, columns=_RFM):
    Z = np.log1p(df[columns].to_numpy(float))
    return StandardScaler().fit_transform(Z)


def _renumber(labels, df, k, key=None):
    money = df["monetary"].to_numpy(float) if key is None else key
    means = [money[labels == j].mean() for j in range(k)]
    rank = np.argsort(np.argsort(means))
    return pd.Series(rank[labels], index=df.index)


def kmeans_segments__right_sklearn_fourteenth(df, k, seed=0):
    labels = KMeans(n_clusters=k, n_init=50, random_state=seed).fit_predict(_standard(df))
    return _renumber(labels, df, k)


def kmeans_segments__right_numpy(df, k, seed=0):
    Z = np.log1p(df[_RFM].to_numpy(float))
    centred = Z - Z.mean(axis=0)
    flat = np.ptp(Z, axis=0) == 0
    spread = np.where(flat, 1.0, Z.std(axis=0))
    Z = np.where(flat, 0.0, centred / spread)
    rng = np.random.default_rng(seed)
    best, labels = math.inf, None
    different = np.unique(Z, axis=0)
    for start in range(150):
        if start % 2:  # a random choice of customers
            centres = list(different[rng.permutation(len(different))[:k]])
        else:  # far apart
            centres = [different[rng.integers(len(different))]]
        while len(centres) < k:
            d = ((different[:, None] - np.array(centres)[None]) ** 2).sum(axis=2).min(axis=1)
            centres.append(different[rng.choice(len(different), p=d / d.sum())])
        centres = np.array(centres)
        for _ in range(300):
            d = ((Z[:, None] - centres[None]) ** 2).sum(axis=2)
            near = d.argmin(axis=1)
            new = np.array(
                [Z[near == j].mean(axis=0) if (near == j).any() else centres[j] for j in range(k)]
            )
            if np.array_equal(new, centres):
                break
            centres = new
        cost = d.min(axis=1).sum()
        if cost < best - 1e-12 and len(set(near.tolist())) == k:
            best, labels = cost, near
    return _renumber(labels, df, k)


def kmeans_segments__right_scipy_fourteenth(df, k, seed=0):
    frame = np.log1p(df[_RFM].astype(float).reset_index(drop=True))
    sd = frame.std(ddof=0)
    Z = ((frame - frame.mean()) / sd.where(frame.max() > frame.min(), 1.0)).to_numpy().copy()
    Z[:, (frame.max() == frame.min()).to_numpy()] = 0.0
    best = None
    for i in range(120):
        centres, labels = kmeans2(Z, k, minit="++", rng=np.random.default_rng([seed, i]), iter=100)
        cost = ((Z - centres[labels]) ** 2).sum()
        if len(np.unique(labels)) == k and (best is None or cost < best[0]):
            best = cost, labels
    groups = pd.Series(best[1])
    money = pd.Series(df["monetary"].to_numpy(float)).groupby(groups).mean()
    number = money.rank().astype(int) - 1
    return pd.Series(groups.map(number).to_numpy(), index=df.index)


def kmeans_segments__wrong_no_logarithm_fourteenth(df, k, seed=0):
    """Standardised without log1p: one very large customer takes a segment of her own."""
    Z = StandardScaler().fit_transform(df[_RFM].to_numpy(float))
    return _renumber(KMeans(k, n_init=20, random_state=seed).fit_predict(Z), df, k)


def kmeans_segments__wrong_not_standardised_fourteenth(df, k, seed=0):
    """log1p only, so the column with the largest spread decides."""
    Z = np.log1p(df[_RFM].to_numpy(float))
    return _renumber(KMeans(k, n_init=20, random_state=seed).fit_predict(Z), df, k)


def kmeans_segments__wrong_minmax_fourteenth(df, k, seed=0):
    """Scaled to 0 to 1 and not standardised."""
    Z = MinMaxScaler().fit_transform(np.log1p(df[_RFM].to_numpy(float)))
    return _renumber(KMeans(k, n_init=20, random_state=seed).fit_predict(Z), df, k)


def kmeans_segments__wrong_scaled_before_logarithm(df, k, seed=0):
    """Standardises first and takes a signed logarithm after."""
    Z = StandardScaler().fit_transform(df[_RFM].to_numpy(float))
    Z = np.sign(Z) * np.log1p(abs(Z))
    return _renumber(KMeans(k, n_init=20, random_state=seed).fit_predict(Z), df, k)


def kmeans_segments__wrong_order_for_rank(df, k, seed=0):
    """One argsort for the numbers in place of two: right for two segments, wrong for a cycle of three."""
    labels = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(_standard(df))
    money = df["monetary"].to_numpy(float)
    order = np.argsort([money[labels == j].mean() for j in range(k)])
    return pd.Series(order[labels], index=df.index)


def kmeans_segments__wrong_numbers_of_the_run_fourteenth(df, k, seed=0):
    """The numbers of the run, not by money."""
    labels = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(_standard(df))
    return pd.Series(labels, index=df.index)


def kmeans_segments__wrong_highest_first_fourteenth(df, k, seed=0):
    """Numbers with the highest spend first."""
    return k - 1 - kmeans_segments__right_sklearn_fourteenth(df, k, seed)


def kmeans_segments__wrong_mean_of_logarithms(df, k, seed=0):
    """Numbers by the mean of log1p(monetary): one large customer in a poor segment changes the order in USD."""
    labels = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(_standard(df))
    return _renumber(labels, df, k, np.log1p(df["monetary"].to_numpy(float)))


def kmeans_segments__wrong_by_total(df, k, seed=0):
    """Numbers by the total of money and not by its mean: a large poor segment has more in all."""
    labels = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(_standard(df))
    money = df["monetary"].to_numpy(float)
    rank = np.argsort(np.argsort([money[labels == j].sum() for j in range(k)]))
    return pd.Series(rank[labels], index=df.index)


def kmeans_segments__wrong_by_frequency(df, k, seed=0):
    """Numbers by mean frequency, which mostly agrees with money."""
    labels = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(_standard(df))
    return _renumber(labels, df, k, df["frequency"].to_numpy(float))


def kmeans_segments__wrong_by_median(df, k, seed=0):
    """Numbers by the median of money, not its mean."""
    labels = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(_standard(df))
    medians = pd.Series(df["monetary"].to_numpy(float)).groupby(labels).median()
    rank = medians.rank(method="first").astype(int) - 1
    return pd.Series(rank.to_numpy()[labels], index=df.index)


def kmeans_segments__wrong_all_columns_fourteenth(df, k, seed=0):
    """Uses every column, the number of the customer too."""
    labels = KMeans(n_clusters=k, n_init=20, random_state=seed).fit_predict(
        _standard(df, list(df.columns))
    )
    return _renumber(labels, df, k)


def kmeans_segments__wrong_constant_column_fourteenth(df, k, seed=0):
    """Divides by a standard deviation of 0: a constant column becomes NaN and k-means fails."""
    Z = np.log1p(df[_RFM].to_numpy(float))
    with np.errstate(all="ignore"):
        Z = (Z - Z.mean(axis=0)) / Z.std(axis=0)
    return _renumber(KMeans(k, n_init=20, random_state=seed).fit_predict(Z), df, k)


def kmeans_segments__wrong_plain_logarithm(df, k, seed=0):
    """log and not log1p, with zeros cut to 1e-9."""
    Z = np.log(np.maximum(df[_RFM].to_numpy(float), 1e-9))
    labels = KMeans(k, n_init=20, random_state=seed).fit_predict(StandardScaler().fit_transform(Z))
    return _renumber(labels, df, k)


def kmeans_segments__wrong_one_random_start(df, k, seed=0):
    """One random start and not the best of ten: a bad optimum on many groups."""
    labels = KMeans(k, init="random", n_init=1, random_state=seed).fit_predict(_standard(df))
    return _renumber(labels, df, k)


def kmeans_segments__wrong_sorted_index(df, k, seed=0):
    """Returns the rows sorted by label: not the index of ``df`` when that is unsorted."""
    return kmeans_segments__right_sklearn_fourteenth(df, k, seed).sort_index()


def kmeans_segments__wrong_writes_logarithms(df, k, seed=0):
    """Writes the logarithms into the caller's table (after the mean spend was read)."""
    out = kmeans_segments__right_sklearn_fourteenth(df, k, seed)
    for column in _RFM:
        df[column] = np.log1p(df[column])
    return out


def kmeans_segments__wrong_unique_customers(df, k, seed=0):
    """Clusters different customers only, so equal customers count once."""
    keys = df[_RFM].drop_duplicates()
    Z = np.log1p(df[_RFM].to_numpy(float))
    scaler = StandardScaler().fit(Z)
    model = KMeans(k, n_init=20, random_state=seed).fit(
        scaler.transform(np.log1p(keys.to_numpy(float)))
    )
    return _renumber(model.predict(scaler.transform(Z)), df, k)


def bootstrap_stability__right_sklearn_fourteenth(X, fit_predict, n, seed):
    rng = np.random.default_rng(seed)
    base = np.asarray(fit_predict(X))
    scores = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        scores.append(adjusted_rand_score(base[rows], fit_predict(X[rows])))
    return float(np.mean(scores))


def _ari_fourteenth(a, b):
    a, b = pd.factorize(np.asarray(a))[0], pd.factorize(np.asarray(b))[0]
    pairs = Counter(zip(a.tolist(), b.tolist()))

    def two(counts):
        return sum(v * (v - 1) / 2 for v in counts.values())

    together, left, right = two(pairs), two(Counter(a.tolist())), two(Counter(b.tolist()))
    total = len(a) * (len(a) - 1) / 2
    expected = left * right / total if total else 0.0
    top = (left + right) / 2
    return 1.0 if top == expected else (together - expected) / (top - expected)


def bootstrap_stability__right_by_hand_fourteenth(X, fit_predict, n, seed):
    generator = np.random.RandomState(seed)
    labels, total = list(fit_predict(X)), 0.0
    for _ in range(n):
        rows = generator.choice(len(X), size=len(X), replace=True)
        total += _ari_fourteenth([labels[i] for i in rows], fit_predict(X[rows]))
    return total / n


def bootstrap_stability__right_table(X, fit_predict, n, seed):
    X = np.asarray(X)
    codes = pd.factorize(np.asarray(fit_predict(X)))[0]
    drawn = np.random.default_rng(seed).integers(len(X), size=(n, len(X)))

    def score(rows):
        table = pd.crosstab(codes[rows], pd.factorize(np.asarray(fit_predict(X[rows])))[0])
        table = table.to_numpy(float)

        def pairs(v):
            return (v * (v - 1) / 2).sum()

        a, b, m = pairs(table.sum(1)), pairs(table.sum(0)), len(rows) * (len(rows) - 1) / 2
        if (a == b == m) or (a == b == 0):
            return 1.0
        return (pairs(table) - a * b / m) / ((a + b) / 2 - a * b / m)

    return float(np.mean([score(rows) for rows in drawn]))


def _stability(X, fit_predict, n, seed, score=adjusted_rand_score, draw=None):
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    values = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X)) if draw is None else draw(rng, len(X))
        values.append(score(base[rows], np.asarray(fit_predict(X[rows]))))
    return float(np.mean(values))


def bootstrap_stability__wrong_rand_index(X, fit_predict, n, seed):
    """The plain Rand index: about one half for segments that have nothing in common."""
    return _stability(X, fit_predict, n, seed, rand_score)


def bootstrap_stability__wrong_names_of_labels(X, fit_predict, n, seed):
    """The share of equal labels: names of labels may change from call to call."""
    return _stability(X, fit_predict, n, seed, lambda a, b: (a == b).mean())


def bootstrap_stability__wrong_mutual_information_fourteenth(X, fit_predict, n, seed):
    """Normalised mutual information in place of the adjusted Rand index."""
    return _stability(X, fit_predict, n, seed, normalized_mutual_info_score)


def bootstrap_stability__wrong_adjusted_mutual_information(X, fit_predict, n, seed):
    """Adjusted mutual information: also 1 and about 0 at the ends, other values between."""
    return _stability(X, fit_predict, n, seed, adjusted_mutual_info_score)


def bootstrap_stability__wrong_permutations(X, fit_predict, n, seed):
    """Draws without replacement, so each resample is all of X in another order."""
    return _stability(X, fit_predict, n, seed, draw=lambda rng, m: rng.permutation(m))


def bootstrap_stability__wrong_four_fifths(X, fit_predict, n, seed):
    """Subsamples of 80 % without replacement."""
    return _stability(
        X, fit_predict, n, seed, draw=lambda rng, m: rng.choice(m, max(1, int(0.8 * m)), False)
    )


def bootstrap_stability__wrong_unaligned_rows(X, fit_predict, n, seed):
    """Compares with the labels of rows 0 to n - 1, not with those of the drawn rows (sorted groups hide nothing)."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    return float(
        np.mean(
            [
                adjusted_rand_score(base, fit_predict(X[rng.integers(0, len(X), len(X))]))
                for _ in range(n)
            ]
        )
    )


def bootstrap_stability__wrong_repeats_count_once(X, fit_predict, n, seed):
    """Compares only the different rows that were drawn: repeated rows count once."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    values = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        new = np.asarray(fit_predict(X[rows]))
        _, first = np.unique(rows, return_index=True)
        values.append(adjusted_rand_score(base[rows[first]], new[first]))
    return float(np.mean(values))


def bootstrap_stability__wrong_clusters_unique_rows(X, fit_predict, n, seed):
    """Clusters each drawn row once: the resample has fewer rows than X."""
    return _stability(X, fit_predict, n, seed, draw=lambda rng, m: np.unique(rng.integers(0, m, m)))


def bootstrap_stability__wrong_last_resample(X, fit_predict, n, seed):
    """Returns the index of the last resample, not the mean."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    value = math.nan
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        value = adjusted_rand_score(base[rows], fit_predict(X[rows]))
    return float(value)


def bootstrap_stability__wrong_same_resample_fourteenth(X, fit_predict, n, seed):
    """Makes the generator inside the loop, so all resamples are the same."""
    base = np.asarray(fit_predict(X))
    values = []
    for _ in range(n):
        rows = np.random.default_rng(seed).integers(0, len(X), len(X))
        values.append(adjusted_rand_score(base[rows], fit_predict(X[rows])))
    return float(np.mean(values))


def bootstrap_stability__wrong_no_seed_fourteenth(X, fit_predict, n, seed):
    """Ignores the seed: another value in each call."""
    return bootstrap_stability__right_sklearn_fourteenth(X, fit_predict, n, None)


def bootstrap_stability__wrong_not_negative(X, fit_predict, n, seed):
    """Cuts each index off at 0, so unrelated segments get a positive mean."""
    return _stability(X, fit_predict, n, seed, lambda a, b: max(0.0, adjusted_rand_score(a, b)))


def bootstrap_stability__wrong_one_group_is_zero(X, fit_predict, n, seed):
    """0 / 0 taken as 0 when both clusterings have one group: it is 1, the segments are the same."""

    def score(a, b):
        if len(set(a)) == len(set(b)) == 1:
            return 0.0
        return adjusted_rand_score(a, b)

    return _stability(X, fit_predict, n, seed, score)


def bootstrap_stability__wrong_whole_labels(X, fit_predict, n, seed):
    """Takes labels for whole numbers from 0: fails on labels that are words."""
    return _stability(
        X, fit_predict, n, seed, lambda a, b: adjusted_rand_score(a.astype(int), b.astype(int))
    )


def bootstrap_stability__wrong_two_resamples(X, fit_predict, n, seed):
    """Compares two resamples with each other, on the rows in both, not each with all of X."""
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(n):
        a, b = (rng.integers(0, len(X), len(X)) for _ in range(2))
        la, lb = dict(zip(a, fit_predict(X[a]))), dict(zip(b, fit_predict(X[b])))
        both = sorted(set(la) & set(lb))
        values.append(adjusted_rand_score([la[i] for i in both], [lb[i] for i in both]))
    return float(np.mean(values))


def bootstrap_stability__wrong_against_itself(X, fit_predict, n, seed):
    """The labels "before" come from the resample too (clustered twice): 1 for any fixed method."""
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(n):
        rows = rng.integers(0, len(X), len(X))
        values.append(adjusted_rand_score(fit_predict(X[rows]), fit_predict(X[rows])))
    return float(np.mean(values))


def _bg_terms(params, x, t_x, T):
    r, alpha, a, b = (float(p) for p in params)
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    common = special.gammaln(r + x) - special.gammaln(r) + r * math.log(alpha)
    common = common - special.betaln(a, b)
    stay = common + special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    go = common + special.betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
    return x, stay, np.where(x > 0, go, -np.inf)


def bgnbd_neg_log_likelihood__wrong_as_printed_fourteenth(params, x, t_x, T):
    """Computed as printed: overflows for a customer with 500 purchases."""
    r, alpha, a, b = (float(p) for p in params)
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    with np.errstate(all="ignore"):
        g = special.gamma(r + x) * alpha**r / special.gamma(r)
        L = special.beta(a, b + x) / special.beta(a, b) * g / (alpha + T) ** (r + x)
        go = special.beta(a + 1, b + np.maximum(x, 1) - 1) / special.beta(a, b)
        L = L + np.where(x > 0, go * g / (alpha + t_x) ** (r + x), 0)
        return float(-np.log(L).sum())


def bgnbd_neg_log_likelihood__wrong_floor_of_likelihood(params, x, t_x, T):
    """Cuts likelihoods off at 1e-300 so that the logarithm is finite: wrong for busy customers."""
    _, stay, go = _bg_terms(params, x, t_x, T)
    return float(np.minimum(-np.logaddexp(stay, go), 300 * math.log(10)).sum())


def bgnbd_neg_log_likelihood__wrong_exp_of_logs(params, x, t_x, T):
    """Logarithms of the terms, but then exp, sum and log: underflows to infinity."""
    _, stay, go = _bg_terms(params, x, t_x, T)
    with np.errstate(all="ignore"):
        return float(-np.log(np.exp(stay) + np.exp(go)).sum())


def bgnbd_neg_log_likelihood__wrong_delta_as_logarithm(params, x, t_x, T):
    """Adds log(0) to the beta function at x = 0, which is infinite for b = 1: NaN."""
    r, alpha, a, b = (float(p) for p in params)
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    common = special.gammaln(r + x) - special.gammaln(r) + r * math.log(alpha)
    common = common - special.betaln(a, b)
    stay = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    with np.errstate(all="ignore"):
        go = np.log((x > 0).astype(float)) + special.betaln(a + 1, b + x - 1)
        go = go - (r + x) * np.log(alpha + t_x)
        return float(-(common + np.logaddexp(stay, go)).sum())


def bgnbd_neg_log_likelihood__wrong_mean_fourteenth(params, x, t_x, T):
    """The mean over customers, not the sum: the examples have one."""
    _, stay, go = _bg_terms(params, x, t_x, T)
    return float(-np.logaddexp(stay, go).mean()) if len(stay) else 0.0


def bgnbd_neg_log_likelihood__wrong_nan_for_nobody(params, x, t_x, T):
    """The mean times the number of customers: NaN for no customers."""
    _, stay, go = _bg_terms(params, x, t_x, T)
    with np.errstate(all="ignore"):
        each = -np.logaddexp(stay, go)
        return float(each.sum() / len(each) * len(each)) if len(each) else math.nan


def bgnbd_neg_log_likelihood__wrong_unique_customers(params, x, t_x, T):
    """Computes each different history once and forgets how many customers have it."""
    rows = np.unique(np.column_stack([x, t_x, T]).astype(float), axis=0)
    _, stay, go = _bg_terms(params, *rows.T)
    return float(-np.logaddexp(stay, go).sum())


def bgnbd_neg_log_likelihood__wrong_larger_term_fourteenth(params, x, t_x, T):
    """For more than 100 purchases only the larger of the two terms."""
    x, stay, go = _bg_terms(params, x, t_x, T)
    return float(-np.where(x > 100, np.maximum(stay, go), np.logaddexp(stay, go)).sum())


def bgnbd_neg_log_likelihood__wrong_second_term_for_all_fourteenth(params, x, t_x, T):
    """The second term also for customers without a repeat purchase."""
    r, alpha, a, b = (float(p) for p in params)
    x, t_x, T = (np.asarray(v, float) for v in (x, t_x, T))
    common = special.gammaln(r + x) - special.gammaln(r) + r * math.log(alpha)
    common = common - special.betaln(a, b)
    stay = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
    go = special.betaln(a + 1, b + x - 1) - (r + x) * np.log(alpha + t_x)
    return float(-(common + np.logaddexp(stay, go)).sum())


def bgnbd_neg_log_likelihood__wrong_times_swapped_fourteenth(params, x, t_x, T):
    """T and t_x swapped in the two terms of customers with a repeat purchase."""
    x = np.asarray(x, float)
    t_x, T = np.asarray(t_x, float), np.asarray(T, float)
    _, stay, go = _bg_terms(params, x, np.where(x > 0, T, t_x), np.where(x > 0, t_x, T))
    return float(-np.logaddexp(stay, go).sum())


def bgnbd_neg_log_likelihood__wrong_parameters_swapped(params, x, t_x, T):
    """Reads the parameters as r, alpha, b, a."""
    r, alpha, a, b = params
    _, stay, go = _bg_terms((r, alpha, b, a), x, t_x, T)
    return float(-np.logaddexp(stay, go).sum())


def bgnbd_neg_log_likelihood__wrong_factorial(params, x, t_x, T):
    """Divides by x!, as a count of purchases would need: the same up to x = 1."""
    x, stay, go = _bg_terms(params, x, t_x, T)
    return float(-(np.logaddexp(stay, go) - special.gammaln(x + 1)).sum())


def bgnbd_neg_log_likelihood__wrong_whole_weeks(params, x, t_x, T):
    """Cuts times to whole numbers: t_x = 1.43 weeks becomes 1."""
    _, stay, go = _bg_terms(params, x, np.asarray(t_x).astype(int), np.asarray(T).astype(int))
    return float(-np.logaddexp(stay, go).sum())


def bgnbd_neg_log_likelihood__wrong_clips_purchases(params, x, t_x, T):
    """Clips x at 150 so that nothing overflows: finite, and wrong for thousands of purchases."""
    _, stay, go = _bg_terms(params, np.minimum(np.asarray(x, float), 150), t_x, T)
    return float(-np.logaddexp(stay, go).sum())


def bgnbd_neg_log_likelihood__wrong_last_purchase_at_the_end(params, x, t_x, T):
    """Leaves out the second term when t_x equals T ("she cannot have left yet")."""
    x, stay, go = _bg_terms(params, x, t_x, T)
    go = np.where(np.asarray(t_x, float) >= np.asarray(T, float), -np.inf, go)
    return float(-np.logaddexp(stay, go).sum())


def ziln_loss__wrong_density_of_logarithm_fourteenth(y, logit, mu, sigma):
    """The density of the logarithm: log y is missing."""
    _, chance, part = _ziln_fourteenth(y, logit, mu, sigma, jacobian=False)
    return float((chance + part).mean())


def ziln_loss__wrong_mean_over_spenders(y, logit, mu, sigma):
    """The lognormal part is averaged over those who spend."""
    b, chance, part = _ziln_fourteenth(y, logit, mu, sigma)
    return float(chance.mean() + (part[b].mean() if b.any() else 0.0))


def ziln_loss__wrong_no_spender_is_nan(y, logit, mu, sigma):
    """Weights the mean over spenders by their share: NaN if nobody spends."""
    b, chance, part = _ziln_fourteenth(y, logit, mu, sigma)
    with np.errstate(all="ignore"):
        inner = part[b].sum() / np.float64(b.sum())
    return float(chance.mean() + b.mean() * inner)


def ziln_loss__wrong_naive_sigmoid_fourteenth(y, logit, mu, sigma):
    """log of the sigmoid: infinite for log-odds of 900 and a customer who spends nothing."""
    b, _, part = _ziln_fourteenth(y, logit, mu, sigma)
    with np.errstate(all="ignore"):
        p = 1 / (1 + np.exp(-np.asarray(logit, float)))
        return float((np.where(b, -np.log(p), -np.log(1 - p)) + part).mean())


def ziln_loss__wrong_clipped_probability_fourteenth(y, logit, mu, sigma):
    """Clips the probability to 1e-7 and 1 - 1e-7: finite, but wrong at log-odds of 900."""
    b, _, part = _ziln_fourteenth(y, logit, mu, sigma)
    p = np.clip(special.expit(np.asarray(logit, float)), 1e-7, 1 - 1e-7)
    return float((np.where(b, -np.log(p), -np.log1p(-p)) + part).mean())


def ziln_loss__wrong_softplus_overflow(y, logit, mu, sigma):
    """log1p(exp(logit)) - buys * logit overflows at 900."""
    b, _, part = _ziln_fourteenth(y, logit, mu, sigma)
    logit = np.asarray(logit, float)
    with np.errstate(all="ignore"):
        return float((np.log1p(np.exp(logit)) - b * logit + part).mean())


def ziln_loss__wrong_no_log_sigma_fourteenth(y, logit, mu, sigma):
    """log sigma is missing: hidden while sigma is 1."""
    b, chance, part = _ziln_fourteenth(y, logit, mu, sigma)
    s = np.broadcast_to(np.asarray(sigma, float), b.shape)
    return float((chance + part - np.where(b, np.log(s), 0)).mean())


def ziln_loss__wrong_sigma_is_variance(y, logit, mu, sigma):
    """Takes sigma for the variance: hidden while it is 1."""
    _, chance, part = _ziln_fourteenth(y, logit, mu, np.sqrt(sigma))
    return float((chance + part).mean())


def ziln_loss__wrong_one_sigma(y, logit, mu, sigma):
    """Uses the mean of sigma when there is one for each customer."""
    _, chance, part = _ziln_fourteenth(y, logit, mu, float(np.mean(sigma)))
    return float((chance + part).mean())


def ziln_loss__wrong_sigma_of_wrong_rows(y, logit, mu, sigma):
    """Takes the first sigmas of the array for those who spend, not their own."""
    b, chance, part = _ziln_fourteenth(y, logit, mu, sigma)
    if np.ndim(sigma):
        moved = np.array(sigma, float)
        moved[b] = np.asarray(sigma, float)[: b.sum()]
        _, chance, part = _ziln_fourteenth(y, logit, mu, moved)
    return float((chance + part).mean())


def ziln_loss__wrong_log1p_fourteenth(y, logit, mu, sigma):
    """log1p(y) in place of log(y)."""
    y = np.asarray(y, float)
    _, chance, part = _ziln_fourteenth(np.where(y > 0, y + 1, 0), logit, mu, sigma)
    return float((chance + part).mean())


def ziln_loss__wrong_small_constant(y, logit, mu, sigma):
    """log(y + 1e-6): wrong for tiny spend such as 1e-6."""
    y = np.asarray(y, float)
    _, chance, part = _ziln_fourteenth(np.where(y > 0, y + 1e-6, 0), logit, mu, sigma)
    return float((chance + part).mean())


def ziln_loss__wrong_from_one_dollar(y, logit, mu, sigma):
    """Less than 1 USD counts as nothing: 0.5 USD is spend."""
    y = np.asarray(y, float)
    _, chance, part = _ziln_fourteenth(np.where(y >= 1, y, 0), logit, mu, sigma)
    return float((chance + part).mean())


def ziln_loss__wrong_zero_times_infinity_fourteenth(y, logit, mu, sigma):
    """Multiplies log(0) by 0 for those who spend nothing: NaN."""
    y, logit, mu = (np.asarray(v, float) for v in (y, logit, mu))
    b = y > 0
    with np.errstate(all="ignore"):
        u = np.log(y)
        part = u + np.log(sigma) + 0.5 * math.log(2 * math.pi) + 0.5 * ((u - mu) / sigma) ** 2
        return float((np.logaddexp(0, np.where(b, -logit, logit)) + b * part).mean())


def ziln_loss__wrong_sign_of_logit_fourteenth(y, logit, mu, sigma):
    """Takes the log-odds as those of spending nothing: hidden at 0."""
    _, chance, part = _ziln_fourteenth(y, -np.asarray(logit, float), mu, sigma)
    return float((chance + part).mean())


def _gini_in_order(values):
    values = np.asarray(values, float)
    n = len(values)
    return 2 * (values.cumsum() / values.sum()).mean() - (n + 1) / n


def _no_gini(y):
    return len(y) == 0 or np.ptp(np.asarray(y, float)) == 0


def normalised_gini__wrong_row_order(y, score):
    """Equal scores stay in the order of the rows: y = [9, 0], score = [1, 1] must give 0."""
    if _no_gini(y):
        return math.nan
    y, s = np.asarray(y, float), np.asarray(score, float)
    return float(
        _gini_in_order(y[np.argsort(-s, kind="stable")]) / _gini_in_order(np.sort(y)[::-1])
    )


def normalised_gini__wrong_lucky_ties(y, score):
    """Of equal scores the one who spends more comes first."""
    if _no_gini(y):
        return math.nan
    y, s = np.asarray(y, float), np.asarray(score, float)
    return float(_gini_in_order(y[np.lexsort((-y, -s))]) / _gini_in_order(np.sort(y)[::-1]))


def normalised_gini__wrong_not_normalised_fourteenth(y, score):
    """The Gini of the score's order, not divided by the best."""
    if _no_gini(y):
        return math.nan
    y, s = np.asarray(y, float), np.asarray(score, float)
    shared = pd.Series(y).groupby(s).transform("mean").to_numpy()
    return float(_gini_in_order(shared[np.argsort(-s, kind="stable")]))


def normalised_gini__wrong_not_negative_fourteenth(y, score):
    """Cuts off at 0: an order that is worse than random is negative."""
    value = normalised_gini__right_ranks_fourteenth(y, score)
    return max(0.0, value) if value == value else value


def normalised_gini__wrong_subtracts_one(y, score):
    """Subtracts 1 and not (n + 1) / n, as if the curve were continuous."""
    if _no_gini(y):
        return math.nan
    n = len(y)
    y, s = np.asarray(y, float), np.asarray(score, float)
    shared = pd.Series(y).groupby(s).transform("mean").to_numpy()
    top = _gini_in_order(shared[np.argsort(-s, kind="stable")]) + 1 / n
    return float(top / (_gini_in_order(np.sort(y)[::-1]) + 1 / n))


def normalised_gini__wrong_zero_for_equal(y, score):
    """0 if all spend the same (or nobody), not NaN."""
    return 0.0 if _no_gini(y) else normalised_gini__right_ranks_fourteenth(y, score)


def normalised_gini__wrong_exact_zero(y, score):
    """Tests whether the best Gini is exactly 0: for five customers of 0.7 it is 1e-16, and the ratio is 1."""
    y, s = np.asarray(y, float), np.asarray(score, float)
    if len(y) == 0 or y.sum() == 0:
        return math.nan
    shared = pd.Series(y).groupby(s).transform("mean").to_numpy()
    top = _gini_in_order(shared[np.argsort(-s, kind="stable")])
    best = _gini_in_order(np.sort(y)[::-1])
    return math.nan if best == 0 else float(top / best)


def normalised_gini__wrong_fails_on_nobody(y, score):
    """Fails for no customers (largest of an empty list)."""
    if max(y) == min(y):
        return math.nan
    return normalised_gini__right_ranks_fourteenth(y, score)


def normalised_gini__wrong_buyers(y, score):
    """The area under the ROC curve for "spends or not", as 2 AUC - 1: the amounts do not count."""
    if _no_gini(y):
        return math.nan
    y, s = np.asarray(y, float), np.asarray(score, float)
    if not ((y > 0).any() and (y == 0).any()):
        return normalised_gini__right_ranks_fourteenth(y, s)
    return normalised_gini__right_ranks_fourteenth((y > 0).astype(float), s)


def normalised_gini__wrong_spearman_fourteenth(y, score):
    """Spearman's rank correlation, which is also 1 for the best order and 0 for random."""
    if _no_gini(y):
        return math.nan
    with np.errstate(all="ignore"):
        rho = stats.spearmanr(np.asarray(y, float), np.asarray(score, float)).statistic
    return float(rho) if rho == rho else 0.0


def normalised_gini__wrong_integer_means(y, score):
    """Writes the means of equal scores back into an array of whole numbers, which cuts them."""
    if _no_gini(y):
        return math.nan
    y, s = np.array(y), np.asarray(score, float)
    shared = y.copy()
    for v in np.unique(s):
        shared[s == v] = y[s == v].mean()
    if shared.sum() == 0:
        return 0.0
    return float(
        _gini_in_order(shared[np.argsort(-s, kind="stable")]) / _gini_in_order(np.sort(y)[::-1])
    )


def normalised_gini__wrong_neighbours_only(y, score):
    """Shares money only among equal scores that stand next to each other in the rows."""
    if _no_gini(y):
        return math.nan
    y, s = np.asarray(y, float), np.asarray(score, float)
    runs = pd.Series(np.r_[0, np.cumsum(s[1:] != s[:-1])])
    shared = pd.Series(y).groupby(runs).transform("mean").to_numpy()
    return float(
        _gini_in_order(shared[np.argsort(-s, kind="stable")]) / _gini_in_order(np.sort(y)[::-1])
    )


def normalised_gini__wrong_absolute_score_fourteenth(y, score):
    """Sorts by the size of the score: -5 comes before 3."""
    return normalised_gini__right_ranks_fourteenth(y, np.abs(np.asarray(score, float)))


def normalised_gini__wrong_changes_spend(y, score):
    """Writes the shared money into the caller's ``y``."""
    if _no_gini(y):
        return math.nan
    value = normalised_gini__right_ranks_fourteenth(y, score)
    y[:] = pd.Series(np.asarray(y, float)).groupby(np.asarray(score)).transform("mean").to_numpy()
    return value


def normalised_gini__wrong_rounded_scores_fourteenth(y, score):
    """Takes scores as equal that agree in three decimals."""
    return normalised_gini__right_ranks_fourteenth(y, np.round(np.asarray(score, float), 3))


def normalised_gini__wrong_best_of_shared(y, score):
    """The best order is that of the shared money: all ties are then perfect."""
    if _no_gini(y):
        return math.nan
    s = np.asarray(score, float)
    shared = pd.Series(np.asarray(y, float)).groupby(s).transform("mean").to_numpy()
    if np.ptp(shared) < 1e-12:
        return 0.0
    return normalised_gini__right_ranks_fourteenth(shared, s)


def payback_month__wrong_more_than(spend, margin, cac, rate=0.0):
    """More than ``cac`` and not at least: [40, 20], 0.25, 10."""
    return _payback_fourteenth(
        spend, margin, cac, lambda m: (1 + rate) ** (-m / 12), lambda t, c: t > c
    )


def payback_month__wrong_rate_per_month_fourteenth(spend, margin, cac, rate=0.0):
    """Takes the yearly rate for a monthly one."""
    return _payback_fourteenth(spend, margin, cac, lambda m: (1 + rate) ** -m)


def payback_month__wrong_twelfth_of_rate_fourteenth(spend, margin, cac, rate=0.0):
    """(1 + rate / 12) ** m in place of (1 + rate) ** (m / 12)."""
    return _payback_fourteenth(spend, margin, cac, lambda m: (1 + rate / 12) ** -m)


def payback_month__wrong_first_month_full(spend, margin, cac, rate=0.0):
    """Does not discount the first month: m - 1."""
    return _payback_fourteenth(spend, margin, cac, lambda m: (1 + rate) ** (-(m - 1) / 12))


def payback_month__wrong_whole_years_fourteenth(spend, margin, cac, rate=0.0):
    """Discounts by whole years (m // 12): hidden in the first eleven months."""
    return _payback_fourteenth(spend, margin, cac, lambda m: (1 + rate) ** (-(m // 12)))


def payback_month__wrong_discounts_the_sum(spend, margin, cac, rate=0.0):
    """Discounts the whole sum so far by the current month."""
    if cac <= 0:
        return 0
    total = 0.0
    for m, v in enumerate(spend, 1):
        total += margin * v
        if total / (1 + rate) ** (m / 12) >= cac:
            return m
    return None


def payback_month__wrong_rounded_to_cents_fourteenth(spend, margin, cac, rate=0.0):
    """Rounds the sum to cents: 19.996 is not yet 20."""
    return _payback_fourteenth(
        spend, margin, cac, lambda m: (1 + rate) ** (-m / 12), lambda t, c: round(t, 2) >= c
    )


def payback_month__wrong_first_month_at_the_earliest(spend, margin, cac, rate=0.0):
    """1 and not 0 if ``cac`` is 0 or less."""
    return payback_month__right_loop_fourteenth(spend, margin, cac, rate) or (
        1 if cac <= 0 and len(spend) else None
    )


def payback_month__wrong_negative_cost_fourteenth(spend, margin, cac, rate=0.0):
    """0 only if ``cac`` is exactly 0: -5 gives 1."""
    if cac == 0:
        return 0
    total = 0.0
    for m, v in enumerate(spend, 1):
        total += margin * v / (1 + rate) ** (m / 12)
        if total >= cac:
            return m
    return None


def payback_month__wrong_no_months_first(spend, margin, cac, rate=0.0):
    """None for an empty list before it asks whether the customer cost anything: [] and cac 0 is 0."""
    if len(spend) == 0:
        return None
    return payback_month__right_loop_fourteenth(spend, margin, cac, rate)


def payback_month__wrong_stops_at_silent_month(spend, margin, cac, rate=0.0):
    """Stops at the first month without spend ("she is gone"): [40, 0, 40], 0.5, 30."""
    spend = list(spend)
    if cac > 0 and 0 in spend:
        spend = spend[: spend.index(0)]
    return payback_month__right_loop_fourteenth(spend, margin, cac, rate)


def payback_month__wrong_after_the_last(spend, margin, cac, rate=0.0):
    """The number of months plus 1 and not None, if it is never paid back."""
    found = payback_month__right_loop_fourteenth(spend, margin, cac, rate)
    return len(spend) + 1 if found is None else found


def payback_month__wrong_average_month(spend, margin, cac, rate=0.0):
    """Divides the cost by the average month: [40, 20, 20] with margin 0.3 and cac 12 is paid back after month 1; the average month says 2."""
    if cac <= 0:
        return 0
    if not len(spend) or margin * sum(spend) < cac:
        return None
    return math.ceil(cac / (margin * sum(spend) / len(spend)))


def payback_month__wrong_discounts_cost(spend, margin, cac, rate=0.0):
    """Discounts the cost too, so discounting cancels out."""
    return payback_month__right_loop_fourteenth(spend, margin, cac, 0.0)


def survival_curve__wrong_drops_the_observed(days, left, horizon):
    """Leaves out users who had not left."""
    left = np.asarray(left, bool)
    return survival_curve__right_loop_fourteenth(np.asarray(days)[left], left[left], horizon)


def survival_curve__wrong_counts_as_gone(days, left, horizon):
    """Counts the end of observation as leaving."""
    return survival_curve__right_loop_fourteenth(days, np.ones(len(days), bool), horizon)


def survival_curve__wrong_not_observed_on_last_day(days, left, horizon):
    """A user whose observation ends on a day does not count as observed on it."""
    days, left = np.asarray(days), np.asarray(left, bool)
    curve = [1.0]
    for d in range(1, horizon + 1):
        if not (days >= d).any():
            curve.append(math.nan)
            continue
        n = ((days > d) | (left & (days == d))).sum()
        curve.append(curve[-1] * (1 - (left & (days == d)).sum() / n) if n else curve[-1])
    return np.array(curve, float)


def survival_curve__wrong_rows_of_a_day(days, left, horizon):
    """Removes users one by one in the order of the rows, so on a day with both kinds the order of rows decides."""
    rows = sorted(zip((int(d) for d in days), (bool(v) for v in left)), key=lambda r: r[0])
    curve = np.full(horizon + 1, np.nan)
    curve[0], share, there, i = 1.0, 1.0, len(rows), 0
    for d in range(1, horizon + 1):
        if there == 0:
            break
        while i < len(rows) and rows[i][0] == d:
            if rows[i][1]:
                share *= (there - 1) / there
            there -= 1
            i += 1
        curve[d] = share
    return curve


def survival_curve__wrong_carried_forward(days, left, horizon):
    """After the last observed day the last value goes on, not NaN."""
    return pd.Series(survival_curve__right_loop_fourteenth(days, left, horizon)).ffill().to_numpy()


def survival_curve__wrong_zero_after_the_end(days, left, horizon):
    """After the last observed day 0, not NaN."""
    return np.nan_to_num(survival_curve__right_loop_fourteenth(days, left, horizon))


def survival_curve__wrong_zero_stays_zero(days, left, horizon):
    """Once everybody has left the curve stays 0 also after the last observed day; else NaN."""
    curve = survival_curve__right_loop_fourteenth(days, left, horizon)
    seen = curve[~np.isnan(curve)]
    return np.where(np.isnan(curve), 0.0, curve) if seen[-1] == 0 else curve


def survival_curve__wrong_nan_after_last_leaver_fourteenth(days, left, horizon):
    """NaN after the last day on which somebody LEFT: users are still observed after it."""
    days, left = np.asarray(days), np.asarray(left, bool)
    curve = survival_curve__right_loop_fourteenth(days, left, horizon)
    last = days[left].max() if left.any() else 0
    curve[int(last) + 1 :] = np.nan
    return curve


def survival_curve__wrong_nobody_is_nan(days, left, horizon):
    """Element 0 is NaN without any user."""
    curve = survival_curve__right_loop_fourteenth(days, left, horizon)
    if len(days) == 0:
        curve[0] = np.nan
    return curve


def survival_curve__wrong_fails_without_users(days, left, horizon):
    """The largest of no days: an error without any user."""
    last = int(np.asarray(days).max())
    curve = survival_curve__right_loop_fourteenth(days, left, min(horizon, last))
    return np.concatenate([curve, np.full(max(0, horizon - last), np.nan)])


def survival_curve__wrong_short_curve(days, left, horizon):
    """The curve ends with the last observed day, so it is too short for a long horizon."""
    last = int(np.asarray(days).max()) if len(days) else 0
    return survival_curve__right_loop_fourteenth(days, left, min(horizon, last))


def survival_curve__wrong_exponential_fourteenth(days, left, horizon):
    """Nelson and Aalen's estimate, exp of minus the summed shares: close for many users."""
    days, left = np.asarray(days), np.asarray(left, bool)
    total, curve = 0.0, [1.0]
    for d in range(1, horizon + 1):
        n = (days >= d).sum()
        total += (left & (days == d)).sum() / n if n else math.nan
        curve.append(math.exp(-total))
    return np.array(curve)


def survival_curve__wrong_half_a_day(days, left, horizon):
    """The actuarial rule: users whose observation ends on the day count as half."""
    days, left = np.asarray(days), np.asarray(left, bool)
    curve = [1.0]
    for d in range(1, horizon + 1):
        there = (days >= d).sum()
        n = there - 0.5 * (~left & (days == d)).sum()
        curve.append(curve[-1] * (1 - (left & (days == d)).sum() / n) if there else math.nan)
    return np.array(curve)


def survival_curve__wrong_one_day_late(days, left, horizon):
    """A user who leaves on day d is missing from d + 1 only."""
    curve = survival_curve__right_loop_fourteenth(days, left, horizon)
    late = np.concatenate([[1.0], curve[:-1]])
    return np.where(np.isnan(curve), np.nan, late)


def survival_curve__wrong_never_removed(days, left, horizon):
    """Users who did not leave count as observed for ever."""
    days, left = np.asarray(days), np.asarray(left, bool)
    end = days.max() + 1 if len(days) else 1
    curve = survival_curve__right_loop_fourteenth(np.where(left, days, end), left, horizon)
    curve[end:] = np.nan
    return curve


def _history_fourteenth(orders, customers):
    by = orders.groupby("customer_id")
    table = pd.DataFrame(
        {
            "n": by["day"].nunique(),
            "first": by["day"].min(),
            "last": by["day"].max(),
            "money": by["value"].sum(),
        }
    )
    everybody = table.copy()
    return everybody, table.loc[np.asarray(customers)]


def _fit_bg(x, t_x, T):
    best = None
    for start in ([0.0] * 4, [-1.0, 1.5, -0.2, 0.9]):
        fit = optimize.minimize(
            lambda logs: (
                bgnbd_neg_log_likelihood__right_vector(np.exp(logs), x, t_x, T) / len(x)
                + 1e-3 * (logs**2).mean()
            ),
            start,
            method="L-BFGS-B",
            bounds=[(-6, 6)] * 4,
        )
        if best is None or fit.fun < best.fun:
            best = fit
    return np.exp(best.x)


def _bg_expected(params, x, t_x, T, weeks):
    r, alpha, a, b = params
    if abs(a - 1) < 1e-3:
        a = 1.001
    z = weeks / (alpha + T + weeks)
    stay = (1 - z) ** (r + x) * special.hyp2f1(r + x, b + x, a + b + x - 1, z)
    gone = a / (b + np.maximum(x, 1) - 1) * ((alpha + T) / (alpha + t_x)) ** (r + x)
    alive = 1 / (1 + np.where(x > 0, gone, 0))
    return (a + b + x - 1) / (a - 1) * (1 - stay) * alive


def predict_spend__right_bgnbd_fourteenth(orders, customers, weeks):
    everybody, mine = _history_fourteenth(orders, customers)

    def parts(table):
        return (
            table["n"].to_numpy(float) - 1,
            (table["last"] - table["first"]).to_numpy(float) / 7,
            (273 - table["first"]).to_numpy(float) / 7,
        )

    params = _fit_bg(*parts(everybody))
    n_orders = _bg_expected(params, *parts(mine), float(weeks))
    mean_value = everybody["money"].sum() / everybody["n"].sum()
    own = (mine["money"].to_numpy() + 2 * mean_value) / (mine["n"].to_numpy() + 2)
    spend = np.nan_to_num(np.clip(n_orders, 0, None) * own, posinf=0.0)
    return spend + 1e-9 * mean_value


def predict_spend__right_published_parameters(orders, customers, weeks):
    # BG/NBD with the parameters published for CDNOW, scaled to the last 13 weeks' repeat spend.
    _, mine = _history_fourteenth(orders, customers)
    everybody, _ = _history_fourteenth(orders, orders["customer_id"].unique())
    mean_value = everybody["money"].sum() / everybody["n"].sum()

    def worth(table, day, horizon):
        x = table["n"].to_numpy(float) - 1
        t_x = (table["last"] - table["first"]).to_numpy(float) / 7
        T = (day - table["first"]).to_numpy(float) / 7
        own = (table["money"].to_numpy() + 1.5 * mean_value) / (table["n"].to_numpy() + 1.5)
        return _bg_expected((0.243, 4.414, 0.793, 2.426), x, t_x, T, horizon) * own

    past = orders[orders["day"] <= 181]
    before, _ = _history_fourteenth(past, past["customer_id"].unique()[:1])
    came = orders.loc[
        (orders["day"] > 181) & orders["customer_id"].isin(before.index), "value"
    ].sum()
    factor = came / worth(before, 182, 13.0).sum()
    return worth(mine, 273, float(weeks)) * (factor if 0.2 < factor < 5 else 1.0)


def predict_spend__right_average_of_models(orders, customers, weeks):
    # No optimiser: many parameters are drawn, each is weighted by its likelihood.
    everybody, mine = _history_fourteenth(orders, customers)
    rng = np.random.default_rng(0)
    draws = np.array([0.3, 5.0, 0.8, 2.5]) * np.exp(rng.normal(0, 0.45, (250, 4)))

    def parts(table):
        first = table["first"].to_numpy(float)
        return (
            table["n"].to_numpy(float) - 1,
            (table["last"].to_numpy(float) - first) / 7,
            (273 - first) / 7,
        )

    histories, counts = np.unique(np.column_stack(parts(everybody)), axis=0, return_counts=True)
    x, t_x, T = histories.T
    loglik = np.empty(len(draws))
    for i, (r, alpha, a, b) in enumerate(draws):
        head = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha)
        stay = special.betaln(a, b + x) - (r + x) * np.log(alpha + T)
        go = special.betaln(a + 1, b + np.maximum(x, 1) - 1) - (r + x) * np.log(alpha + t_x)
        both = np.where(x > 0, np.logaddexp(stay, go), stay)
        loglik[i] = counts @ (head - special.betaln(a, b) + both)
    weight = np.exp(loglik - loglik.max())
    weight /= weight.sum()
    n_orders = sum(
        w * _bg_expected(params, *parts(mine), float(weeks))
        for w, params in zip(weight, draws)
        if w > 1e-4
    )
    pooled = orders["value"].mean()
    n, money = mine["n"].to_numpy(float), mine["money"].to_numpy(float)
    return n_orders * (money + 1.6 * pooled) / (n + 1.6)


def predict_spend__unsure_decayed_money(orders, customers, weeks):
    """Repeat money that fades with age: it beats the baseline on all three scores, but perhaps not by 65 % of the way in ranks."""
    first = orders.groupby("customer_id")["day"].transform("min")
    repeat = orders[orders["day"] > first]
    weight = 0.5 ** ((272 - repeat["day"]) / 120.0)
    warm = (repeat["value"] * weight).groupby(repeat["customer_id"]).sum()
    cold = orders.groupby("customer_id")["value"].mean() * 0.04
    score = warm.reindex(cold.index, fill_value=0.0) + cold
    per_week = repeat.loc[repeat["day"] > 272 - 91, "value"].sum() / 13
    total = 0.75 * per_week * weeks
    if total <= 0:
        total = score.sum()
    spend = score / score.sum() * total
    return spend.loc[np.asarray(customers)].to_numpy(float)


def predict_spend__wrong_sorted_customers_fourteenth(orders, customers, weeks):
    """In the order of sorted ids, not that of ``customers``."""
    return predict_spend__unsure_decayed_money(orders, np.sort(np.asarray(customers)), weeks)


def predict_spend__wrong_everybody_in_the_table(orders, customers, weeks):
    """One number for each customer of the table, also for those who were not asked for."""
    return predict_spend__unsure_decayed_money(
        orders, np.sort(orders["customer_id"].unique()), weeks
    )


def predict_spend__wrong_as_much_again_fourteenth(orders, customers, weeks):
    """As much as so far: the forecast at which each score is 0."""
    return orders.groupby("customer_id")["value"].sum().loc[np.asarray(customers)].to_numpy(float)


def predict_spend__wrong_nobody_spends(orders, customers, weeks):
    """0 for everybody: not all may be 0."""
    return np.zeros(len(customers))


def predict_spend__wrong_nan_for_one_timers_fourteenth(orders, customers, weeks):
    """NaN for customers without a repeat order: all must be finite."""
    spend = predict_spend__unsure_decayed_money(orders, customers, weeks)
    n = orders.groupby("customer_id").size().loc[np.asarray(customers)].to_numpy()
    return np.where(n > 1, spend, np.nan)


def predict_spend__wrong_negative_fourteenth(orders, customers, weeks):
    """A line with a negative intercept: below 0 for one-time buyers."""
    spend = predict_spend__unsure_decayed_money(orders, customers, weeks)
    return spend - 0.5 * np.median(spend)


def predict_spend__wrong_dollars_of_cdnow(orders, customers, weeks):
    """Takes every order as 36 dollars, the mean of CDNOW, whatever the currency is."""
    spend = predict_spend__unsure_decayed_money(orders, customers, weeks)
    return spend / orders["value"].mean() * 36.0


def predict_spend__wrong_mean_for_all(orders, customers, weeks):
    """The same mean for everybody: a good total and no order at all."""
    spend = predict_spend__unsure_decayed_money(orders, customers, weeks)
    return np.full(len(spend), spend.mean())


def predict_spend__wrong_one_week(orders, customers, weeks):
    """The spend of one week, not of ``weeks``."""
    return predict_spend__unsure_decayed_money(orders, customers, weeks) / 39.0


def predict_spend__wrong_changes_orders_fourteenth(orders, customers, weeks):
    """Sorts the caller's table in place and adds a column."""
    orders["age"] = 272 - orders["day"]
    orders.sort_values("day", inplace=True)
    return predict_spend__unsure_decayed_money(orders, customers, weeks)


def predict_spend__wrong_infinite(orders, customers, weeks):
    """Infinite for the best customer: divides by the days since the last order."""
    spend = predict_spend__unsure_decayed_money(orders, customers, weeks)
    last = orders.groupby("customer_id")["day"].max().loc[np.asarray(customers)].to_numpy()
    with np.errstate(divide="ignore"):
        return spend * np.where(last == last.max(), np.inf, 1.0)


def predict_spend__wrong_recency_reversed(orders, customers, weeks):
    """A long time since the last order counts in favour: the order is upside down."""
    spend = predict_spend__unsure_decayed_money(orders, customers, weeks)
    order = np.argsort(np.argsort(spend))
    return np.sort(spend)[::-1][order]


def survival_curve__wrong_takes_days_as_sorted(days, left, horizon):
    """Counts the observed by a binary search in ``days``, which need not be sorted: [3, 1]."""
    days, left = np.asarray(days), np.asarray(left, bool)
    curve = [1.0]
    for d in range(1, horizon + 1):
        there = len(days) - np.searchsorted(days, d)
        gone = (left & (days == d)).sum()
        curve.append(curve[-1] * (1 - gone / there) if there > 0 else math.nan)
    return np.array(curve)


def survival_curve__wrong_one_cohort_share(days, left, horizon):
    """The share of those followed at least d days who did not leave by d: drops whoever was observed for less."""
    days, left = np.asarray(days), np.asarray(left, bool)
    curve = [1.0]
    for d in range(1, horizon + 1):
        known = (days >= d) | left
        there = (days > d) | (~left & (days == d))
        curve.append(there.sum() / known.sum() if (days >= d).any() else math.nan)
    return np.array(curve)


def retention_curve__wrong_position_of_period(activity, horizon, end):
    """Numbers the periods that occur, so a period in which nobody ordered is skipped."""
    pairs = activity[["customer_id", "period"]].copy()
    place = {p: i for i, p in enumerate(sorted(set(pairs["period"])))}
    pairs["place"] = pairs["period"].map(place)
    first = pairs.groupby("customer_id")[["period", "place"]].transform("min")
    keep = (first["period"] + horizon <= end).to_numpy()
    pairs["age"] = pairs["place"] - first["place"]
    kept = pairs[keep].drop_duplicates(["customer_id", "age"])
    return _curve_of(kept["age"], horizon, kept["customer_id"].nunique())


def bootstrap_stability__wrong_first_is_the_whole(X, fit_predict, n, seed):
    """Counts all of X itself as one of the n resamples, with an index of 1."""
    rng, base = np.random.default_rng(seed), np.asarray(fit_predict(X))
    values = [1.0]
    for _ in range(n - 1):
        rows = rng.integers(0, len(X), len(X))
        values.append(adjusted_rand_score(base[rows], fit_predict(X[rows])))
    return float(np.mean(values))


def kmeans_segments__wrong_quartile_scaling(df, k, seed=0):
    """Scales by median and quartiles (robust), not by mean and standard deviation."""
    Z = np.log1p(df[_RFM].to_numpy(float))
    low, mid, high = np.quantile(Z, [0.25, 0.5, 0.75], axis=0)
    spread = np.where(high > low, high - low, 1.0)
    labels = KMeans(k, n_init=20, random_state=seed).fit_predict((Z - mid) / spread)
    return _renumber(labels, df, k)


def migration_matrix__wrong_new_are_gone(seg0, seg1, order):
    """Both ways: a customer who is missing from ``seg0`` is added to the column ``gone`` of her segment."""
    counts = _counts_fourteenth(seg0, seg1, order)
    new = seg1[~seg1.index.isin(seg0.index)].value_counts()
    counts["gone"] += new.reindex(list(order), fill_value=0).to_numpy()
    total = counts.sum(axis=1)
    return counts.div(total.where(total > 0, 1), axis=0)


def payback_month__wrong_months_with_spend(spend, margin, cac, rate=0.0):
    """Counts months with spend only: [0, 50] with margin 0.5 and cac 10 gives 1 and not 2."""
    return payback_month__right_loop_fourteenth([v for v in spend if v > 0], margin, cac, rate)


def payback_month__wrong_first_year_only(spend, margin, cac, rate=0.0):
    """Looks at twelve months only: a payback in month 13 gives None."""
    return payback_month__right_loop_fourteenth(list(spend)[:12], margin, cac, rate)


def normalised_gini__wrong_ties_of_buyers_only(y, score):
    """Shares money among equal scores only where nobody of them spends nothing."""
    if _no_gini(y):
        return math.nan
    y, s = np.asarray(y, float), np.asarray(score, float)
    shared = y.copy()
    for v in np.unique(s):
        group = s == v
        if (y[group] > 0).all():
            shared[group] = y[group].mean()
    return float(
        _gini_in_order(shared[np.argsort(-s, kind="stable")]) / _gini_in_order(np.sort(y)[::-1])
    )


def ziln_loss__wrong_mean_for_median(y, logit, mu, sigma):
    """Takes exp(mu) for the mean of spend, so the logarithm has mean mu - sigma squared / 2."""
    s = np.asarray(sigma, float)
    _, chance, part = _ziln_fourteenth(y, logit, np.asarray(mu, float) - s**2 / 2, sigma)
    return float((chance + part).mean())


def winback_itt__wrong_opened_is_missing(df):
    """Counts NaN as 0 only for those who did not open; an opener without an order is left out."""
    y = df["after"].where(df["after"].notna() | df["opened"].astype(bool), 0.0)
    a = df["assigned"].to_numpy(bool)
    return float(y[a].mean() - y[~a].mean())


def assign_segments__wrong_missing_is_three(profile):
    """Fills missing scores with the middle, 3: R = 3 and F = 4 would be loyal."""
    return assign_segments__right_loop_fourteenth(
        profile[["R", "F", "M"]].astype("Float64").fillna(3)
    )


TRUE |= {
    "assign_segments__wrong_precedence": ("at_risk_before_precedence",),
    "assign_segments__wrong_missing_is_zero_fourteenth": ("missing_counts_as_low",),
    "assign_segments__wrong_any_missing_is_other_fourteenth": ("missing_fits_no_rule",),
    "assign_segments__wrong_sum_of_scores": ("sum_of_scores",),
    "assign_segments__wrong_recent_before_loyal": ("recent_before_loyal",),
    "assign_segments__wrong_new_index_fourteenth": ("old_index_lost",),
    "winback_itt__wrong_skips_missing": ("silent_left_out",),
    "winback_itt__wrong_opened_against_rest": ("opened_against_the_rest",),
    "winback_itt__wrong_opened_against_hold_out": ("opened_against_the_hold_out",),
    "winback_itt__wrong_change_fourteenth": ("difference_in_differences",),
    "winback_itt__wrong_zero_without_a_group": ("zero_for_an_empty_group",),
    "winback_itt__wrong_median_fourteenth": ("medians_compared",),
    "winback_itt__wrong_per_opener_fourteenth": ("divided_by_the_openers",),
    "migration_matrix__wrong_inner_join_fourteenth": ("gone_dropped",),
    "migration_matrix__wrong_nan_for_empty_fourteenth": ("nan_for_empty_segments",),
    "migration_matrix__wrong_observed_rows": ("empty_segments_left_out",),
    "migration_matrix__wrong_by_column": ("shares_of_the_target",),
    "migration_matrix__wrong_of_everybody": ("shares_of_everybody",),
    "migration_matrix__wrong_alphabetical_fourteenth": ("in_order_of_the_alphabet",),
    "migration_matrix__wrong_rounded_fourteenth": ("shares_rounded",),
    "retention_curve__wrong_all_in_denominator": ("all_in_the_denominator",),
    "retention_curve__wrong_each_age_its_own": ("other_customers_for_each_age",),
    "retention_curve__wrong_zeros_for_nobody_fourteenth": ("number_for_nobody",),
    "retention_curve__wrong_strict_end_fourteenth": ("follow_up_one_too_long",),
    "retention_curve__wrong_last_row_is_the_end": ("periods_after_the_end_counted",),
    "retention_curve__wrong_own_last_order": ("leavers_left_out",),
    "retention_curve__wrong_unbroken_fourteenth": ("lost_for_good",),
    "retention_curve__wrong_one_start_for_all": ("calendar_for_age",),
    "retention_curve__wrong_cohort_mean": ("cohorts_averaged",),
    "kill_retention__wrong_accepts_all": ("accepts_any_curve",),
    "kill_retention__wrong_rejects_all": ("rejects_any_curve",),
    "kill_retention__wrong_nan_by_equality_fourteenth": ("rejects_any_curve",),
    "kill_retention__wrong_zero_for_nobody_fourteenth": ("rejects_any_curve",),
    "kill_retention__wrong_horizon_zero_only": ("nothing_but_the_first_period",),
    "kill_retention__wrong_table_keeps_its_rows": ("accepts_any_curve",),
    "kill_retention__wrong_rounded_expectations": ("rejects_any_curve",),
    "kmeans_segments__wrong_no_logarithm_fourteenth": ("without_logarithm",),
    "kmeans_segments__wrong_not_standardised_fourteenth": ("not_standardised",),
    "kmeans_segments__wrong_order_for_rank": ("places_for_ranks",),
    "kmeans_segments__wrong_numbers_of_the_run_fourteenth": ("labels_as_they_come",),
    "kmeans_segments__wrong_highest_first_fourteenth": ("best_is_zero",),
    "kmeans_segments__wrong_mean_of_logarithms": ("ordered_by_centre",),
    "kmeans_segments__wrong_by_total": ("ordered_by_total_spend",),
    "kmeans_segments__wrong_by_frequency": ("ordered_by_frequency",),
    "kmeans_segments__wrong_by_median": ("ordered_by_centre",),
    "kmeans_segments__wrong_all_columns_fourteenth": ("every_column_used",),
    "kmeans_segments__wrong_one_random_start": ("one_start",),
    "bootstrap_stability__wrong_rand_index": ("index_not_adjusted",),
    "bootstrap_stability__wrong_names_of_labels": ("labels_compared_by_name",),
    "bootstrap_stability__wrong_mutual_information_fourteenth": ("mutual_information",),
    "bootstrap_stability__wrong_permutations": ("nothing_resampled",),
    "bootstrap_stability__wrong_unaligned_rows": ("rows_misaligned",),
    "bootstrap_stability__wrong_clusters_unique_rows": ("distinct_rows",),
    "bootstrap_stability__wrong_last_resample": ("no_mean_of_resamples",),
    "bootstrap_stability__wrong_same_resample_fourteenth": ("one_resample",),
    "bootstrap_stability__wrong_no_seed_fourteenth": ("unseeded",),
    "bootstrap_stability__wrong_against_itself": ("resample_clustered_twice",),
    "bgnbd_neg_log_likelihood__wrong_as_printed_fourteenth": ("gamma_overflows",),
    "bgnbd_neg_log_likelihood__wrong_mean_fourteenth": ("mean_over_customers",),
    "bgnbd_neg_log_likelihood__wrong_second_term_for_all_fourteenth": ("left_after_the_first",),
    "bgnbd_neg_log_likelihood__wrong_parameters_swapped": ("a_and_b_exchanged",),
    "ziln_loss__wrong_density_of_logarithm_fourteenth": ("no_jacobian",),
    "ziln_loss__wrong_mean_over_spenders": ("lognormal_mean_over_buyers",),
    "ziln_loss__wrong_naive_sigmoid_fourteenth": ("probability_then_log",),
    "ziln_loss__wrong_clipped_probability_fourteenth": ("probability_clipped",),
    "ziln_loss__wrong_softplus_overflow": ("probability_then_log",),
    "ziln_loss__wrong_no_log_sigma_fourteenth": ("sigma_not_paid_for",),
    "ziln_loss__wrong_sigma_is_variance": ("variance_for_deviation",),
    "ziln_loss__wrong_log1p_fourteenth": ("log1p_of_spend",),
    "ziln_loss__wrong_zero_times_infinity_fourteenth": ("nothing_times_infinity",),
    "ziln_loss__wrong_sign_of_logit_fourteenth": ("sign_of_logit",),
    "normalised_gini__wrong_row_order": ("ties_by_row",),
    "normalised_gini__wrong_lucky_ties": ("best_first_among_equals",),
    "normalised_gini__wrong_not_normalised_fourteenth": ("not_normalised",),
    "normalised_gini__wrong_subtracts_one": ("less_one",),
    "normalised_gini__wrong_zero_for_equal": ("zero_when_all_alike",),
    "normalised_gini__wrong_buyers": ("of_those_who_buy",),
    "normalised_gini__wrong_spearman_fourteenth": ("rank_correlation",),
    "normalised_gini__wrong_rounded_scores_fourteenth": ("scores_rounded",),
    "payback_month__wrong_more_than": ("strictly_more",),
    "payback_month__wrong_rate_per_month_fourteenth": ("rate_per_month",),
    "payback_month__wrong_twelfth_of_rate_fourteenth": ("rate_over_twelve",),
    "payback_month__wrong_first_month_full": ("first_month_not_discounted",),
    "payback_month__wrong_whole_years_fourteenth": ("whole_years_discounted",),
    "payback_month__wrong_discounts_the_sum": ("sum_discounted_at_once",),
    "payback_month__wrong_first_month_at_the_earliest": ("month_one_for_nothing",),
    "payback_month__wrong_negative_cost_fourteenth": ("month_one_for_nothing",),
    "payback_month__wrong_average_month": ("average_month",),
    "payback_month__wrong_discounts_cost": ("not_discounted",),
    "survival_curve__wrong_drops_the_observed": ("censored_dropped",),
    "survival_curve__wrong_counts_as_gone": ("censored_have_left",),
    "survival_curve__wrong_not_observed_on_last_day": ("gone_before_the_day",),
    "survival_curve__wrong_carried_forward": ("goes_on_after_the_end",),
    "survival_curve__wrong_zero_after_the_end": ("nobody_left_at_the_end",),
    "survival_curve__wrong_nan_after_last_leaver_fourteenth": ("nan_after_the_last_exit",),
    "survival_curve__wrong_exponential_fourteenth": ("hazards_summed",),
    "predict_spend__wrong_as_much_again_fourteenth": ("as_much_again",),
    "predict_spend__wrong_nobody_spends": ("nobody_spends",),
}
