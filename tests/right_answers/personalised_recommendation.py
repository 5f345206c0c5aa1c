"""Right answers, each written another way than the reference. ``<exercise>__<how>`` names them."""

import math

import numpy as np
import pandas as pd
from scipy import linalg, sparse, special, stats
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.preprocessing import normalize


def break_basket_recommender__two_matrices(defect):
    if defect == "norms_forgotten":
        return np.array([[0, 2, 2, 0], [0, 1, 2, 1], [2, 1, 2, 1]]), 0, 2
    return np.array([[2, 0, 1, 0], [0, 2, 0, 0], [1, 1, 0, 2]]), np.int64(0), 2


def break_basket_recommender__others(defect):
    if defect == "counts_made_flags":
        return [[[0, 1, 0, 1], [0, 0, 2, 1], [2, 1, 1, 2]], 0, 2]
    return [[2, 0, 0, 2], [0, 0, 1, 2], [0, 2, 1, 2]], 0, 2


def item_similarity__scikit_learn(R, lam=0.0):
    S = cosine_similarity(R.T.astype(float))
    both = np.array([[np.sum((a > 0) & (b > 0)) for b in R.T] for a in R.T])
    with np.errstate(all="ignore"):
        S = np.nan_to_num(S * (both / (both + lam)))
    return S * (1 - np.eye(len(S)))


def item_similarity__loops(R, lam=0.0):
    R = np.asarray(R, dtype=float)
    m = R.shape[1]
    S = [[0.0] * m for _ in range(m)]
    for i in range(m):
        for j in range(i):
            both = int(((R[:, i] != 0) & (R[:, j] != 0)).sum())
            if both:
                cosine = (R[:, i] @ R[:, j]) / np.sqrt((R[:, i] @ R[:, i]) * (R[:, j] @ R[:, j]))
                S[i][j] = S[j][i] = cosine * both / (both + lam)
    return S


def itemcf_scores__loops(R, u, P, k):
    owned = [h for h in range(R.shape[1]) if R[u, h]]
    scores = []
    for i in range(R.shape[1]):
        best = sorted(owned, key=lambda h: P[h, i], reverse=True)[:k]
        scores.append(-np.inf if i in owned else sum(P[h, i] * R[u, h] for h in best))
    return scores


def itemcf_scores__masked(R, u, P, k):
    has = R[u] > 0
    speaks = np.where(has[:, None], P, -1.0)
    kept = np.zeros_like(P)
    for i, h in enumerate(np.argsort(speaks, axis=0)[::-1][:k].T):
        kept[h, i] = P[h, i] * has[h]
    return np.where(has, -np.inf, R[u] @ kept)


def content_scores__scikit_learn(F, R, u):
    items = TfidfTransformer(norm="l2", smooth_idf=True).fit_transform(sparse.csr_matrix(F))
    profile = sparse.csr_matrix(R[[u]].astype(float)) @ items
    return cosine_similarity(items, profile).ravel()


def content_scores__loops(F, R, u):
    m = len(F)
    idf = [np.log((1 + m) / (1 + sum(1 for row in F if row[f]))) + 1 for f in range(F.shape[1])]
    unit = []
    for row in F:
        weighted = [x * w for x, w in zip(row, idf, strict=True)]
        length = sum(x * x for x in weighted) ** 0.5
        unit.append([x / length if length else 0.0 for x in weighted])
    unit = np.array(unit)
    profile = sum(R[u][i] * unit[i] for i in range(m))
    size = np.sqrt(profile @ profile)
    return pd.Series([row @ profile / size if size else 0.0 for row in unit])


def rank_with_ties__sorted(score, popularity, n):
    keys = [
        (-round(float(s), 10), -p, i)
        for i, (s, p) in enumerate(zip(score, popularity, strict=True))
    ]
    return [i for _, _, i in sorted(keys)[:n]]


def rank_with_ties__pandas(score, popularity, n):
    table = pd.DataFrame({"s": np.round(score, 10), "p": popularity})
    table = table.sort_values(["s", "p"], ascending=False, kind="stable")
    return table.index[:n].to_numpy()


def hybrid_rank__pandas(parts, w, seen, n):
    frame = pd.DataFrame(parts).replace(-np.inf, np.nan)
    spread = frame.std(ddof=0)
    z = (frame - frame.mean()) / spread.where(spread > 1e-9)
    total = (z.fillna(0) * pd.Series(w)).sum(axis=1).round(10)
    return total.drop(seen).sort_values(ascending=False, kind="stable").index[:n].tolist()


def hybrid_rank__scipy(parts, w, seen, n):
    total = 0
    for name in parts:
        scores = np.array(parts[name], dtype=float)
        scores[np.isneginf(scores)] = np.nan
        if np.isnan(scores).all() or np.nanmax(scores) - np.nanmin(scores) < 1e-9:
            continue
        total = total + w[name] * np.nan_to_num(stats.zscore(scores, nan_policy="omit"))
    order = sorted(range(len(total)), key=lambda item: (-round(total[item], 9), item))
    return [item for item in order if item not in seen][:n]


def kill_hybrid__worked_examples(fn):
    a = np.array([1.0, 2.0, 3.0, 4.0])
    loud = np.array([400.0, 100.0, 200.0, 300.0])
    nan, none = np.nan, -np.inf
    checks = [
        ({"a": a, "b": loud}, {"a": 1.0, "b": 0.5}, [], 4),
        ({"a": a, "b": loud}, {"a": 0.5, "b": 1.0}, [], 4),
        ({"a": a}, {"a": 1.0}, [3], 2),
        ({"a": np.array([1.0, 3.0, 3.0, 1.0])}, {"a": 1.0}, [], 4),
        ({"a": a, "b": np.array([nan, 500.0, 400.0, nan])}, {"a": 0.1, "b": 1.0}, [], 4),
        ({"a": a, "b": np.array([nan, 500.0, 700.0, nan])}, {"a": 1.0, "b": 0.3}, [], 4),
        ({"a": a, "b": np.array([none, 700.0, 400.0, none])}, {"a": 0.3, "b": 1.0}, [], 4),
        ({"a": a, "b": np.array([5.0, 4.0, 1.0, 900.0])}, {"a": 0.2, "b": 1.0}, [3], 3),
        ({"a": a, "b": np.array([9.0, 1.0, 2.0, 90.0])}, {"a": 1.0, "b": 1.2}, [], 4),
    ]
    for case in checks:
        if [int(item) for item in fn(*case)] != hybrid_rank__pandas(*case):
            return False
    return True


def kill_hybrid__random(fn):
    rng = np.random.default_rng(5)
    for _ in range(30):
        parts = {"a": rng.random(8), "b": rng.lognormal(5, 2, 8), "c": np.full(8, 3.0)}
        parts["b"][rng.integers(8, size=3)] = rng.choice([np.nan, -np.inf])
        w = {"a": 1.0, "b": 0.4, "c": 2.0}
        seen = rng.permutation(8)[:3].tolist()
        np.testing.assert_array_equal(fn(parts, w, seen, 4), hybrid_rank__scipy(parts, w, seen, 4))
    return True


def in_batch_softmax_logq__logsumexp(U, V, logq, tau=1.0):
    logits = (U @ V.T) / tau - logq[None, :]
    return np.mean(special.logsumexp(logits, axis=1) - np.diagonal(logits))


def in_batch_softmax_logq__log_softmax(U, V, logq, tau=1.0):
    total = 0.0
    for i in range(len(U)):
        row = np.array([U[i] @ V[j] / tau - logq[j] for j in range(len(V))])
        total -= special.log_softmax(row)[i]
    return total / len(U)


def accept_model__loop(err_new, err_base):
    new, base = np.asarray(err_new), np.asarray(err_base)
    rng = np.random.default_rng(3)
    means = []
    for _ in range(2000):
        seeds, units = (rng.choice(n, n) for n in new.shape)
        means.append((new[np.ix_(seeds, units)] - base[units]).mean())
    return np.quantile(means, 0.975) < 0


def accept_model__indices(err_new, err_base):
    d = err_base - np.array(err_new)
    rng = np.random.default_rng(11)
    units = rng.integers(0, d.shape[1], (2000, d.shape[1]))
    seeds = rng.integers(0, d.shape[0], (2000, d.shape[0]))
    means = [d[s][:, u].mean() for s, u in zip(seeds, units, strict=True)]
    low, _ = np.percentile(means, [2.5, 97.5])
    return np.bool_(low > 0)


def retrieve_rank_rerank__plain(sources, score, kind, budget_ms, rank_us, per_kind, n):
    lists = [list(items) for ms, items in sources if ms <= budget_ms / 2]
    if not lists:
        return []
    slowest = max(ms for ms, _ in sources if ms <= budget_ms / 2)
    affordable = math.floor(round((budget_ms - slowest) * 1000 / rank_us, 6))
    candidates, place = [], 0
    while any(place < len(items) for items in lists):
        for items in lists:
            if place < len(items) and items[place] not in candidates:
                candidates.append(items[place])
        place += 1
    shown = []
    for item in sorted(candidates[:affordable], key=lambda i: (-score[i], i)):
        if sum(kind[other] == kind[item] for other in shown) < per_kind:
            shown.append(item)
    return shown[:n]


def retrieve_rank_rerank__pandas(sources, score, kind, budget_ms, rank_us, per_kind, n):
    rows = [
        (place, source, item)
        for source, (ms, items) in enumerate(sources)
        if ms * 2 <= budget_ms
        for place, item in enumerate(items)
    ]
    if not rows:
        return []
    slowest = max(ms for ms, _ in sources if ms * 2 <= budget_ms)
    table = pd.DataFrame(sorted(rows), columns=["place", "source", "item"])
    table = table.drop_duplicates("item").head(int(1000 * (budget_ms - slowest) / rank_us + 1e-6))
    items = table["item"].to_numpy()
    table = pd.DataFrame({"item": items, "score": np.asarray(score)[items], "kind": kind[items]})
    table = table.sort_values(["score", "item"], ascending=[False, True])
    return table[table.groupby("kind").cumcount() < per_kind]["item"].head(n).tolist()


def calibrated_list__special(score, kind, wanted, lam, n):
    chosen = []
    for _ in range(min(n, len(score))):
        options = [i for i in range(len(score)) if i not in chosen]

        def value(i, chosen=chosen):
            listed = [*chosen, i]
            q = np.bincount(kind[listed], minlength=len(wanted)) / len(listed)
            apart = special.rel_entr(wanted, 0.99 * q + 0.01 * wanted).sum()
            return round((1 - lam) * score[listed].sum() - lam * apart, 10)

        chosen.append(max(options, key=lambda i: (value(i), -i)))
    return chosen


def calibrated_list__by_kind(score, kind, wanted, lam, n):
    """Of a kind only the best item that is left can be next."""
    queues = [
        [i for i in np.argsort(-score * (lam < 1), kind="stable") if kind[i] == k]
        for k in range(len(wanted))
    ]
    counts, out = np.zeros(len(wanted)), []
    while len(out) < n and any(queues):
        best = None
        for k, queue in enumerate(queues):
            if queue:
                q = counts + (np.arange(len(wanted)) == k)
                q = 0.99 * q / q.sum() + 0.01 * wanted
                kl = sum(a * math.log(a / b) for a, b in zip(wanted, q, strict=True) if a > 0)
                option = (-round((1 - lam) * score[queue[0]] - lam * kl, 10), queue[0], k)
                best = option if best is None else min(best, option)
        queues[best[2]].pop(0)
        counts[best[2]] += 1
        out.append(best[1])
    return np.array(out, dtype=int)


def _z(scores, bought):
    masked = np.ma.masked_array(scores, bought)
    return np.asarray((scores - masked.mean(1).data[:, None]) / masked.std(1).data[:, None])


def recommend_discoveries__ease_and_more(purchases, households, n):
    """The blend once more, by scikit-learn's SVD, 60 neighbours, and items on the large side."""
    strength = sparse.csr_matrix(purchases, dtype=float).log1p()
    bought = purchases.toarray() > 0
    unit = normalize(strength)
    C = (unit @ unit.T).toarray()
    np.fill_diagonal(C, 0)
    C[C < np.sort(C, axis=1)[:, [-60]]] = 0
    svd = TruncatedSVD(32, random_state=1)
    low_rank = svd.fit_transform(strength) @ svd.components_
    X = bought.astype(np.float32)
    K = X @ X.T
    dual = linalg.solve(K + 800 * np.eye(len(X), dtype=np.float32), X, assume_a="pos")
    ease = X - (X - K @ dual) / 800 / ((1 - (X * dual).sum(axis=0)) / 800)
    total = _z(C @ strength.toarray(), bought) + _z(ease, bought) + _z(low_rank, bought)
    total[bought] = -np.inf
    return np.argsort(-total[households], axis=1)[:, :n].tolist()


def recommend_discoveries__two_ranks(purchases, households, n):
    """Two factorisations of different rank, neighbours by flags, EASE: another good blend."""
    strength = sparse.csr_matrix(purchases, dtype=float).log1p()
    bought = purchases.toarray() > 0
    flags = normalize(sparse.csr_matrix(bought, dtype=float))
    C = (flags @ flags.T).toarray() + (normalize(strength) @ normalize(strength).T).toarray()
    np.fill_diagonal(C, 0)
    C[C < np.sort(C, axis=1)[:, [-50]]] = 0
    svd = TruncatedSVD(32, random_state=0)
    low_rank = svd.fit_transform(strength) @ svd.components_
    X = bought.astype(np.float32)
    K = X @ X.T
    dual = np.linalg.inv(K + 1000 * np.eye(len(X), dtype=np.float32)) @ X
    ease = X - (X - K @ dual) / (1 - np.einsum("ui,ui->i", X, dual))
    total = _z(C @ strength.toarray(), bought) + _z(ease, bought) + _z(low_rank, bought)
    total[bought] = -np.inf
    return np.argsort(-total[households], axis=1)[:, :n]
