"""Which answers are alike: to each other, and to the solutions that anybody can read.

An answer is the set of its shingles, runs of five tokens without names, comments and layout. How
much two share is their Jaccard similarity, the number in both over the number in either (Broder
1997, "On the resemblance and containment of documents"). All pairs come from one product of the
sparse matrix of answers and shingles, a block of rows at a time, so that memory grows with the
class and not with its square.
"""

from __future__ import annotations

import functools
import keyword
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from utils import catalogue
from utils.grading.marking import Row
from utils.translation import message

# Sequences of this many tokens are compared: long enough that idioms alone do not make two alike.
SHINGLE = 5
FEWEST_TOKENS = 30
MAX_TOKENS = 5_000
# What is as alike as this is listed, whatever the class is like.
NEARLY_IDENTICAL = 0.9
# Rows of the product at a time.
BLOCK = 512
PUBLISHED = message("the published solution")
KEYWORDS = frozenset(keyword.kwlist)
# Python's tokens as far as they are compared, ten times as quick as the standard library's module:
# whether a text is Python does not matter here.
TOKEN = re.compile(
    r"""(?:\#[^\n]*|\\\n|[ \t\f\r])*+
    ((?:\n)
    |(?:[rRbBuUfF]{0,2}(?:\"\"\"(?:[^\\]|\\.)*?(?:\"\"\"|\Z)|\'\'\'(?:[^\\]|\\.)*?(?:\'\'\'|\Z)
        |"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?))
    |(?:[^\W\d]\w*)
    |(?:\d[\w.]*|\.\d\w*)
    |(?:\*\*=?|//=?|>>=?|<<=?|[-+*/%&|^@=!<>:]=|->|\S)
    # What ends in space or a comment is read once, and not again from each of its characters.
    |\Z)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True)
class Written:
    """One learner's answer to one exercise, or a published one."""

    learner: str
    exercise: str
    code: str


@dataclass(frozen=True)
class Cluster:
    """Answers to one exercise that are alike.

    ``similarity`` is the least among the pairs that hold it together, ``to_the_letter`` whether all
    are the same text, ``published`` whether one of them is a published solution.
    """

    exercise: str
    members: tuple[Written, ...]
    similarity: float
    to_the_letter: bool
    published: bool


@dataclass(frozen=True)
class Likeness:
    """What was found, and what is usual in this class.

    ``median`` and ``threshold`` are of a sample of pairs of different learners; NaN where there are
    too few to say.
    """

    clusters: tuple[Cluster, ...]
    median: float
    threshold: float


def tokens(code: str) -> list[str]:
    r"""The tokens of an answer; names are one kind of token, so that renaming changes nothing.

    Comments, docstrings and layout are left out. Names that many would choose are no evidence, and
    neither is a changed one: what counts is the order of keywords, operators, calls and attributes.

    Examples
    --------
    >>> tokens("def f(x):  # double\n    return 2 * x")
    ['def', 'n', '(', 'n', ')', ':', 'return', '2', '*', 'n']
    """
    found: list[str] = []
    after_dot = False
    fresh_line = True
    depth = 0
    for text in TOKEN.findall(code):
        if not text:
            break
        if text == "\n":
            fresh_line = fresh_line or depth == 0
            continue
        kind = _kind(text)
        if kind == "n":
            # An attribute says which tool was used; any other name is the writer's choice.
            found.append(text if after_dot else "n")
        elif kind != "s" or not fresh_line:
            # A string that begins a line is a docstring.
            found.append(kind)
            depth += (kind in "([{") - (kind in ")]}")
        fresh_line = False
        after_dot = text == "."
        if len(found) >= MAX_TOKENS:
            break
    return found


@functools.lru_cache(maxsize=2**16)
def _kind(text: str) -> str:
    """``n`` for a name, ``s`` for a string, and whatever else as it stands."""
    if text.isidentifier() and text not in KEYWORDS:
        return "n"
    return "s" if text[-1] in "'\"" or text[0] in "'\"" else text


def alike(rows: Iterable[Row], published: Iterable[Written] | None = None) -> Likeness:
    """The clusters of answers that are alike, the most telling first.

    Two answers are linked when they are nearly identical, or far above what is usual between two
    learners of this class: over the upper quartile by three interquartile ranges.

    Parameters
    ----------
    published : iterable of Written, optional
        Solutions that anybody can read; by default the references of the exercises.
    """
    rows = [row for row in rows if row.status.tried and row.code]
    if published is None:
        published = solutions({(row.topic, row.exercise) for row in rows})
    by_exercise: dict[str, list[Written]] = defaultdict(list)
    for written in (*published, *(Written(row.learner, row.exercise, row.code) for row in rows)):
        by_exercise[written.exercise].append(written)
    groups = [_Group(answers) for _, answers in sorted(by_exercise.items())]
    sampled = np.concatenate([np.empty(0), *(group.sample() for group in groups)])
    median, threshold = _usual(sampled)
    least = min(NEARLY_IDENTICAL, threshold) if np.isfinite(threshold) else NEARLY_IDENTICAL
    clusters = [cluster for group in groups for cluster in group.clusters(least)]
    clusters.sort(key=lambda c: (-c.similarity, -len(c.members), c.exercise, c.members[0].learner))
    return Likeness(tuple(clusters), median, threshold)


def solutions(exercises: Iterable[tuple[str, str]]) -> list[Written]:
    """The reference of each exercise, by topic and name."""
    import inspect

    found = []
    for topic, name in sorted(exercises):
        reference = catalogue.load(topic)[name].reference
        found.append(Written(PUBLISHED, name, inspect.getsource(reference)))
    return found


def _usual(sampled: np.ndarray) -> tuple[float, float]:
    if len(sampled) < 3:
        return float("nan"), float("nan")
    low, median, high = np.quantile(sampled, [0.25, 0.5, 0.75])
    return float(median), float(min(1.0, high + 3 * max(high - low, 0.02)))


class _Group:
    """The answers to one exercise, those that are the same but for names and layout as one."""

    def __init__(self, answers: Sequence[Written]) -> None:
        same: dict[tuple[str, ...], list[Written]] = defaultdict(list)
        for written in answers:
            found = tuple(_tokens(written.code))
            if len(found) >= FEWEST_TOKENS:
                same[found].append(written)
        self.members = list(same.values())
        vocabulary: dict[str, int] = {}
        hashed = [_shingles(words, vocabulary) for words in same]
        rows = np.repeat(np.arange(len(hashed)), [len(each) for each in hashed])
        columns = np.concatenate([np.empty(0, np.uint64), *hashed])
        found_shingles, numbers = np.unique(columns, return_inverse=True)
        shape = (len(same), len(found_shingles))
        ones = np.ones(len(rows), dtype=np.int32)
        self.matrix = sparse.csr_matrix((ones, (rows, numbers)), shape)
        self.sizes = np.asarray(self.matrix.sum(axis=1)).ravel()

    def sample(self, n_pairs: int = 2_000) -> np.ndarray:
        """The similarity of random pairs of learners."""
        owners = [
            i for i, group in enumerate(self.members) for w in group if w.learner != PUBLISHED
        ]
        if len(owners) < 2:
            return np.empty(0)
        rng = np.random.default_rng(0)
        first = rng.integers(len(owners), size=n_pairs)
        second = (first + rng.integers(1, len(owners), size=n_pairs)) % len(owners)
        pairs = np.unique(np.sort(np.stack([first, second], axis=1), axis=1), axis=0)
        a, b = np.array(owners)[pairs.T]
        return self._similarity(a, b)

    def _similarity(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        shared = np.asarray(self.matrix[a].multiply(self.matrix[b]).sum(axis=1)).ravel()
        return shared / (self.sizes[a] + self.sizes[b] - shared)

    def _pairs(self, least: float) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Pairs of different answers that are at least so similar, a block at a time."""
        telling, rest = self._prefixes(least)
        across = telling.T.tocsr()
        for start in range(0, len(self.members), BLOCK):
            shared = (telling[start : start + BLOCK] @ across).tocoo()
            a, b = shared.row + start, shared.col
            # Beyond the prefixes they share at most what is left of one of them.
            most = shared.data + np.maximum(rest[a], rest[b])
            wanted = least / (1 + least) * (self.sizes[a] + self.sizes[b]) - 1e-9
            possible = (a < b) & (most >= wanted)
            a, b = a[possible], b[possible]
            for part in range(0, len(a), 50_000):
                i, j = a[part : part + 50_000], b[part : part + 50_000]
                values = self._similarity(i, j)
                yield i[values >= least], j[values >= least], values[values >= least]

    def _prefixes(self, least: float) -> tuple[sparse.csr_matrix, np.ndarray]:
        """Of each answer the rarest shingles, and how many others it has.

        Any two answers that are so similar share some of these.

        Two sets A and B of which n(A and B) / n(A or B) >= t have one of their first
        n(A) - ceil(t n(A)) + 1 elements in common, whatever the order (Chaudhuri, Ganti and Kaushik
        2006, "A primitive operator for similarity joins in data cleaning").
        """
        spread = np.bincount(self.matrix.indices, minlength=self.matrix.shape[1])
        order = np.empty(len(spread), dtype=np.int64)
        order[np.argsort(spread, kind="stable")] = np.arange(len(spread))
        rank = order[self.matrix.indices]
        row = np.repeat(np.arange(len(self.members)), np.diff(self.matrix.indptr))
        sorted_by_row = np.lexsort((rank, row))
        place = np.arange(len(row)) - np.repeat(
            self.matrix.indptr[:-1], np.diff(self.matrix.indptr)
        )
        kept = place < (self.sizes - np.ceil(least * self.sizes - 1e-9) + 1)[row]
        chosen = sorted_by_row[kept]
        ones = np.ones(len(chosen), dtype=np.int32)
        prefixes = sparse.csr_matrix((ones, (row[chosen], rank[chosen])), self.matrix.shape)
        return prefixes, self.sizes - np.diff(prefixes.indptr)

    def clusters(self, least: float) -> Iterator[Cluster]:
        """Answers that are linked, directly or through others, and written by two or more."""
        n = len(self.members)
        found = [(np.empty(0, int), np.empty(0, int), np.empty(0)), *self._pairs(least)]
        first, second, values = map(np.concatenate, zip(*found, strict=True))
        links = sparse.coo_matrix((np.ones(len(first)), (first, second)), (n, n))
        _, label = connected_components(links, directed=False)
        weakest: dict[int, float] = defaultdict(lambda: 1.0)
        for i, value in zip(first.tolist(), values.tolist(), strict=True):
            weakest[label[i]] = min(weakest[label[i]], value)
        together: dict[int, list[Written]] = defaultdict(list)
        for i, members in enumerate(self.members):
            together[label[i]] += members
        for which, members in together.items():
            if len({w.learner for w in members}) > 1:
                yield _cluster(members, weakest[which])


def _shingles(words: Sequence[str], vocabulary: dict[str, int]) -> np.ndarray:
    """The shingles of an answer, each as a number of 64 bits."""
    numbers = [vocabulary.setdefault(word, len(vocabulary) + 1) for word in words]
    ids = np.array(numbers, dtype=np.uint64)
    mixed = np.zeros(len(ids) - SHINGLE + 1, dtype=np.uint64)
    for k in range(SHINGLE):
        # A polynomial over the tokens' numbers, with wrap-around.
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + ids[k : len(ids) - SHINGLE + 1 + k]
    return np.unique(mixed)


def _cluster(members: Sequence[Written], similarity: float) -> Cluster:
    published = any(w.learner == PUBLISHED for w in members)
    texts = {w.code.strip() for w in members if w.learner != PUBLISHED}
    ordered = tuple(sorted(members, key=lambda w: (w.learner == PUBLISHED, w.learner)))
    return Cluster(members[0].exercise, ordered, similarity, len(texts) == 1, published)


@functools.lru_cache(maxsize=4_096)
def _tokens(code: str) -> list[str]:
    # Of sixty copies one is taken apart.
    return tokens(code)
