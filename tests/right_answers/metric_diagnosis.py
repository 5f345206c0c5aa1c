"""Right answers on metric diagnosis, written differently from the reference."""

import copy
import itertools
import math
from collections import defaultdict
from fractions import Fraction

import numpy as np
import pandas as pd
from scipy import stats

# ---- break_diagnosis ------------------------------------------------------------------------


def break_diagnosis__one_table_each_as_lists(defect):
    tables = {
        "incomplete_day": [[20, "s", "a", 1, 1, 1]],
        "weekday_ignored": [[19, "s", "a", 5, 1, 9], [12, "s", "a", 5, 1, 9]],
        "mean_of_ratios": [[14, "s", "a", 9, 1, 1], [14, "s", "b", 1, 1, 1]],
        "only_visits_that_ordered": [[7, "s", "a", 9, 3, 3], [15, "s", "a", 9, 0, 0]],
        "mix_read_as_rate": [
            [6, "x", "a", 90, 9, 1],
            [6, "y", "a", 10, 9, 1],
            [13, "x", "a", 10, 0, 0],
            [13, "y", "a", 90, 80, 1],
        ],
        "one_whale": [
            [8, "s", "a", 9, 9, 900],
            [8, "s", "b", 9, 9, 1],
            [14, "s", "b", 9, 9, 1],
        ],
    }
    return [tables[defect], 20]


def break_diagnosis__whole_numbers_of_numpy(defect):
    end = np.int64(15)
    if defect in ("incomplete_day", "mean_of_ratios", "weekday_ignored"):
        return [
            (np.int64(15), "s", "a", 2, 1, 7),
            (14, "s", "a", 10, 1, 8),
            (13, "s", "b", 3, 2, 5),
            (1, "s", "b", 8, 4, 20),
        ], end
    if defect == "only_visits_that_ordered":
        return [(2, "s", "a", 8, 4, 20), (9, "s", "a", 8, 4, 20), (10, "s", "a", 8, 0, 0)], end
    if defect == "mix_read_as_rate":
        rows = [(2, "x", 100, 50), (2, "y", 10, 1), (9, "x", 10, 6), (9, "y", 100, 15)]
        return [(d, s, "a", visits, orders, 1) for d, s, visits, orders in rows], end
    return [(2, "s", "a", 1, 1, 5), (2, "s", "b", 1, 0, 0), (9, "s", "c", 1, 0, 0)], end


# ---- weekday_band ---------------------------------------------------------------------------


def weekday_band__by_slice(y, t, n_weeks=8, skip=(), width=3.0):
    kept = np.array(y, dtype=float)
    kept[[day for day in skip if 0 <= day < len(kept)]] = np.nan
    h = kept[:t][::-1][6::7][:n_weeks]
    h = h[~np.isnan(h)]
    if h.size < 4:
        return (np.nan,) * 3
    half = width * stats.median_abs_deviation(h) * 1.4826
    return np.median(h), np.median(h) - half, np.median(h) + half


def weekday_band__of_a_series(y, t, n_weeks=8, skip=(), width=3.0):
    days = pd.RangeIndex(len(y))
    wanted = (days < t) & (days >= t - 7 * n_weeks) & ((t - days) % 7 == 0) & ~days.isin(list(skip))
    h = pd.Series(y)[wanted].dropna()
    if len(h) < 4:
        return [float("nan")] * 3
    spread = 1.4826 * (h - h.median()).abs().median()
    return [h.median(), h.median() - width * spread, h.median() + width * spread]


# ---- gmv_effects ----------------------------------------------------------------------------


def gmv_effects__arrays(before, after):
    out = np.zeros((len(before), 3))
    for i, (b, a) in enumerate(zip(np.array(before, float), np.array(after, float), strict=True)):
        if b[2] > 0 and a[2] > 0:
            ratio = a / b
            logs = np.diff(np.log(ratio), prepend=0.0)
            mean = b[2] if a[2] == b[2] else (a[2] - b[2]) / np.log1p((a[2] - b[2]) / b[2])
            out[i] = mean * logs
        elif b[2] != a[2]:
            out[i, np.argmax((b if b[2] == 0 else a) == 0)] = a[2] - b[2]
    return out


def gmv_effects__words(before, after):
    rows = []
    for (u0, o0, m0), (u1, o1, m1) in zip(before, after, strict=True):
        change = m1 - m0
        if m0 == 0 or m1 == 0:
            u, o = (u0, o0) if m0 == 0 else (u1, o1)
            if u == 0:
                rows.append((change, 0, 0))
            elif o == 0:
                rows.append((0, change, 0))
            else:
                rows.append((0, 0, change))
            continue
        weight = m0 if m0 == m1 else change / (math.log(m1) - math.log(m0))
        users = weight * (math.log(u1) - math.log(u0))
        orders = weight * (math.log(o1) - math.log(o0)) - users
        rows.append((users, orders, change - users - orders))
    return rows


# ---- mix_and_rate ---------------------------------------------------------------------------


def mix_and_rate__by_difference(before, after):
    """The whole contribution, less the rate, in exact fractions."""
    periods = [{s: (Fraction(n), Fraction(d)) for s, (n, d) in p.items()} for p in (before, after)]
    tops = [sum(n for n, _ in p.values()) for p in periods]
    bottoms = [sum(d for _, d in p.values()) for p in periods]
    if 0 in bottoms:
        raise ValueError("nobody")
    centre = (tops[0] / bottoms[0] + tops[1] / bottoms[1]) / 2
    out = {}
    for s in sorted({*before, *after}):
        (n0, d0), (n1, d1) = (p.get(s, (0, 0)) for p in periods)
        whole = (n1 - d1 * centre) / bottoms[1] - (n0 - d0 * centre) / bottoms[0]
        rate = 0
        if d0 and d1:
            rate = (d0 / Fraction(bottoms[0]) + d1 / bottoms[1]) / 2 * (n1 / d1 - n0 / d0)
        out[s] = (float(whole - rate), float(rate))
    return out


def mix_and_rate__frame(before, after):
    names = list({**before, **after})
    table = pd.DataFrame(index=names, columns=["n0", "d0", "n1", "d1"], data=0.0)
    for k, p in enumerate((before, after)):
        for s, pair in p.items():
            table.loc[s, [f"n{k}", f"d{k}"]] = list(map(float, pair))
    total = table.sum()
    if total["d0"] == 0 or total["d1"] == 0:
        raise ValueError("nobody")
    r0, r1 = (table[f"n{k}"] / table[f"d{k}"].where(table[f"d{k}"] > 0) for k in (0, 1))
    r0, r1 = r0.fillna(r1).fillna(0), r1.fillna(r0).fillna(0)
    w0, w1 = table["d0"] / total["d0"], table["d1"] / total["d1"]
    centre = (total["n0"] / total["d0"] + total["n1"] / total["d1"]) / 2
    mix = (w1 - w0) * ((r0 + r1) / 2 - centre)
    rate = (w0 + w1) / 2 * (r1 - r0)
    nobody = (table["d0"] == 0) & (table["d1"] == 0)
    return {s: (0.0, 0.0) if nobody[s] else (mix[s], rate[s]) for s in names}


# ---- adjusted_difference --------------------------------------------------------------------


def adjusted_difference__two_standardised_ratios(before, after):
    d0, d1 = (sum(d for _, d in p.values()) for p in (before, after))
    if d0 == 0 or d1 == 0:
        return np.nan, np.nan, False
    crude = sum(n for n, _ in after.values()) / d1 - sum(n for n, _ in before.values()) / d0
    common = [s for s in after if after[s][1] and before.get(s, (0, 0))[1]]
    if not common:
        return crude, np.nan, False
    weight = np.array([before[s][1] + after[s][1] for s in common], float)
    r0, r1 = (np.array([p[s][0] / p[s][1] for s in common]) for p in (before, after))
    adjusted = np.average(r1, weights=weight) - np.average(r0, weights=weight)
    opposite = np.sign(crude) * np.sign(adjusted) < 0
    return crude, adjusted, bool(opposite and min(abs(crude), abs(adjusted)) > 1e-12)


def adjusted_difference__in_fractions(before, after):
    before, after = (
        {s: (Fraction(n), Fraction(d)) for s, (n, d) in p.items() if d} for p in (before, after)
    )
    if not before or not after:
        return [float("nan"), float("nan"), False]
    sums = [tuple(map(sum, zip(*p.values(), strict=True))) for p in (before, after)]
    crude = sums[1][0] / sums[1][1] - sums[0][0] / sums[0][1]
    top, bottom = Fraction(0), Fraction(0)
    for s in before.keys() & after.keys():
        weight = before[s][1] + after[s][1]
        top += weight * (after[s][0] / after[s][1] - before[s][0] / before[s][1])
        bottom += weight
    if not bottom:
        return [float(crude), float("nan"), False]
    return [float(crude), float(top / bottom), crude * top < 0]


# ---- kill_decomposition ---------------------------------------------------------------------


def _total(p):
    return sum(n for n, _ in p.values()) / sum(d for _, d in p.values())


def kill_decomposition__random_cases(fn):
    rng = np.random.default_rng(5)
    for _ in range(10):
        before, after = (
            {s: (int(rng.integers(1, 40)), int(rng.integers(40, 90))) for s in names}
            for names in ("abcd", "bcde")
        )
        # Twenty of a hundred, then ten of fifty, of the same share: d stands still.
        others = [sum(d for s, (_, d) in p.items() if s != "d") for p in (before, after)]
        before["d"], after["d"] = (others[0], 4 * others[0]), (others[1], 4 * others[1])
        kept = copy.deepcopy((before, after))
        parts = fn(before, after)
        assert kept == (before, after)
        assert sorted(parts) == list("abcde")
        assert math.isclose(sum(parts.values()), _total(after) - _total(before), abs_tol=1e-9)
        assert abs(parts["d"]) < 1e-9
        back = fn(after, before)
        more = fn({s: (10 * n, 10 * d) for s, (n, d) in before.items()}, after)
        assert np.allclose([parts[s] for s in "abcde"], [-back[s] for s in "abcde"], atol=1e-9)
        assert np.allclose([parts[s] for s in "abcde"], [more[s] for s in "abcde"], atol=1e-9)
    return True


def kill_decomposition__one_table(fn):
    b, a = {"s": (5, 10), "x": (2, 10), "g": (9, 20)}, {"s": (10, 20), "x": (9, 30), "n": (25, 30)}
    one, two = fn(dict(b), dict(a)), fn(dict(a), dict(b))
    three = fn({s: (10 * n, 10 * d) for s, (n, d) in b.items()}, dict(a))
    mine = (dict(b), dict(a))
    fn(*mine)
    return (
        mine == (b, a)
        and set(one) == {"s", "x", "g", "n"}
        and abs(sum(one.values()) - _total(a) + _total(b)) < 1e-9
        and abs(one["s"]) < 1e-9
        and all(abs(one[k] + two[k]) + abs(one[k] - three[k]) < 1e-9 for k in one)
    )


# ---- find_cause -----------------------------------------------------------------------------


def find_cause__z_of_groupby(cases):
    found = []
    for case in cases:
        level = case["actual"].sum() / case["expected"].sum()
        best = (0.0, {})
        names = ["category", "city", "device", "channel"]
        for size in (1, 2):
            for group in itertools.combinations(names, size):
                sums = case.groupby(list(group))[["expected", "actual"]].sum()
                z = (sums["actual"] - level * sums["expected"]) / np.sqrt(level * sums["expected"])
                if z.min() < best[0]:
                    at = np.atleast_1d(z.idxmin())
                    best = (z.min(), dict(zip(group, map(int, at), strict=True)))
        found.append(best[1])
    return found


def find_cause__loops_over_rows(cases):
    found = []
    for case in cases:
        total_e, total_a = case["expected"].sum(), int(case["actual"].sum())
        sums = defaultdict(lambda: [0.0, 0])
        dimensions = ["city", "channel", "device", "category"]
        rows = zip(
            *(case[name].tolist() for name in [*dimensions, "expected", "actual"]), strict=True
        )
        for *values, expected, actual in rows:
            labels = list(zip(dimensions, values, strict=True))
            for key in itertools.chain(
                itertools.combinations(labels, 1), itertools.combinations(labels, 2)
            ):
                sums[key][0] += expected
                sums[key][1] += actual

        def score(key, sums=sums, total_e=total_e, total_a=total_a):
            e, a = sums[key]
            if a * total_e >= total_a * e or e >= total_e:
                return -math.inf
            inside = a * math.log(a / e) if a else 0.0
            return inside + (total_a - a) * math.log((total_a - a) / (total_e - e))

        best = max(sums, key=lambda key: (score(key), -len(key)))
        found.append(dict(best))
    return found
