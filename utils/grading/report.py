"""The reports: one self-contained page a learner, one for the instructor, and the CSV files.

Whatever a learner wrote is escaped; the pages load nothing and run no script.
"""

from __future__ import annotations

import hashlib
import inspect
import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from utils import catalogue, files, pages
from utils.grading import gradebook, similarity, statistics
from utils.grading.grade import Marked
from utils.grading.marking import Row
from utils.grading.similarity import Cluster, Likeness, Written
from utils.grading.status import Status
from utils.grading.submissions import Submission

MAX_CLUSTERS = 100
MAX_SIDE_BY_SIDE = 12
MAX_NOTES = 40


def write(marked: Marked, out: Path) -> None:
    """Write every report into ``out``."""
    learners = [each.learner for each in marked.submissions]
    gradebook.write_gradebook(out / "gradebook.csv", marked.rows)
    gradebook.write_scores(out, learners, marked.rows, marked.title)
    rows = defaultdict(list)
    for row in marked.rows:
        rows[row.learner].append(row)
    for each in marked.submissions:
        page = learner_page(each, rows[each.learner.key])
        _save(out / "learners" / page_name(each.learner.key), page)
    likeness = similarity.alike(marked.rows)
    for number, cluster in enumerate(likeness.clusters[:MAX_CLUSTERS], 1):
        _save(out / "similar" / f"{number}.html", similar_page(cluster))
    _save(out / "index.html", class_page(marked, likeness))


def summary(marked: Marked, out: Path) -> str:
    """What a terminal shows at the end."""
    learners, marks = len(marked.submissions), len(marked.rows) - len(marked.not_marked)
    kept = f", {marked.reused} of them marked before" if marked.reused else ""
    lines = [f"{learners} learners, {marks} marks{kept}: see {out / 'index.html'}"]
    for each in marked.submissions:
        lines += [f"  {_plain(each.learner.key)}: {_plain(note)}" for note in each.notes]
    if marked.adjustments:
        count = len(marked.adjustments)
        lines.append(f"{count} {'adjustments are' if count > 1 else 'adjustment is'} in them.")
    if marked.not_marked:
        count = len(marked.not_marked)
        lines.append(
            f"{count} {'answers are' if count > 1 else 'answer is'} not marked, for a reason "
            "that is not the learner's: run the same command again."
        )
        lines += [
            f"  {_plain(row.learner)}, {row.exercise}: {_plain(row.message)}"
            for row in marked.not_marked[:MAX_NOTES]
        ]
    return "\n".join(lines)


def page_name(key: str) -> str:
    """A file name for a learner, whatever her folder is called; two learners never share one.

    Examples
    --------
    >>> page_name("mei")
    'mei.html'
    """
    safe = re.sub(r"[^a-z0-9._-]", "_", key.lower()).strip(".")[:60]
    # A name that looks like one with a digest gets one of its own.
    if safe != key or not safe or re.search(r"-[0-9a-f]{16}$", safe):
        safe += "-" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{safe}.html"


def _save(path: Path, text: str) -> None:
    files.replace(path, text.encode("utf-8", "replace"))


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


# ---- what templates ask for -------------------------------------------------------------------


def _page(template: str, **values: Any) -> str:
    functions = {
        "points": _points,
        "kind": _kind,
        "outcome": _outcome,
        "who": _who,
        "number": _number,
    }
    return pages.render(f"grading/templates/{template}.html.jinja", **values, **functions)


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"


def _points(row: Row) -> str:
    return f"{row.points:g} of {row.max_points:g}" if row.counts else f"– of {row.max_points:g}"


def _kind(row: Row) -> str:
    if not row.status.tried:
        return "some"
    return "good" if row.status == Status.PASSED else "some" if row.points else "bad"


def _outcome(verdict: dict[str, Any]) -> tuple[str, str]:
    if verdict["held"]:
        return "holds", "good"
    return ("partly", "some") if verdict["share"] else ("fails", "bad")


def _who(cluster: Cluster) -> str:
    names = [w.learner for w in cluster.members]
    more = f" and {len(names) - 8} more" if len(names) > 8 else ""
    return ", ".join(names[:8]) + more


# ---- pages ----------------------------------------------------------------------------------


def learner_page(submission: Submission, rows: Sequence[Row]) -> str:
    """Her own code and the feedback on it, exercise by exercise."""
    return _page(
        "learner",
        submission=submission,
        rows=rows,
        earned=sum(r.points for r in rows),
        possible=sum(r.possible for r in rows if r.counts),
        unknown=sum(not r.counts for r in rows),
    )


def similar_page(cluster: Cluster) -> str:
    """Answers that are alike, two by two."""
    first, *others = _distinct(cluster.members)
    return _page(
        "similar",
        cluster=cluster,
        first=first,
        others=others[:MAX_SIDE_BY_SIDE],
        hidden=max(0, len(others) - MAX_SIDE_BY_SIDE),
    )


def _distinct(members: Sequence[Written]) -> list[Written]:
    """One member for each text, all of them where the text is the same."""
    texts = {w.code: w for w in reversed(members)}
    distinct = [w for w in members if texts[w.code] is w]
    return distinct if len(distinct) > 1 else list(members)


def class_page(marked: Marked, likeness: Likeness) -> str:
    """The class: scores, exercises, misconceptions, what to teach again, who wrote alike."""
    rows = marked.rows
    listed = likeness.clusters[:MAX_CLUSTERS]
    nearly = similarity.NEARLY_IDENTICAL
    return _page(
        "class",
        titles=[catalogue.chapter(topic).stem for topic in marked.topics],
        seed=marked.seed,
        warnings=marked.warnings,
        unknown=len(marked.not_marked),
        scores=_scores(marked),
        monday=list(_monday(rows)),
        items=statistics.items(rows),
        misconceptions=statistics.misconceptions(rows),
        likeness=likeness,
        least=nearly if math.isnan(likeness.threshold) else min(nearly, likeness.threshold),
        clusters=[(cluster, f"{n}.html") for n, cluster in enumerate(listed, 1)],
        more_clusters=len(likeness.clusters) - len(listed),
        learners=_learners(marked),
    )


def _scores(marked: Marked) -> dict[str, Any] | None:
    earned: dict[str, float] = defaultdict(float)
    possible: dict[str, float] = defaultdict(float)
    for row in marked.rows:
        if row.counts:
            earned[row.learner] += row.points
            possible[row.learner] += row.possible
    shares = np.array([earned[k] / possible[k] for k in earned if possible[k]])
    if not len(shares):
        return None
    counts, _edges = np.histogram(shares, bins=10, range=(0, 1))
    bars = [
        {
            "label": f"{10 * i} to {10 * (i + 1)} %",
            "width": f"{100 * n / max(counts.max(), 1):.0f}",
            "count": n,
        }
        for i, n in enumerate(counts)
    ]
    return {"median": f"{100 * np.median(shares):.0f}", "bars": bars}


def _monday(rows: Sequence[Row]) -> Iterator[dict[str, Any]]:
    """What most learners would gain from, at most three things."""
    held = statistics.misconceptions(rows)[:3]
    for name, misconception, who in held:
        yield {
            "exercise": name,
            "misconception": misconception,
            "count": len(who),
            "explained": _explanation(name, misconception),
        }
    for name, prop, count in statistics.failed_properties(rows)[:3] if not held else []:
        yield {"exercise": name, "misconception": "", "property": prop, "count": count}


def _explanation(name: str, misconception: str) -> str:
    topic = catalogue.topic_of(name)
    known = catalogue.load(topic)[name].misconceptions if topic else ()
    found = next((m for m in known if m.__name__ == misconception), None)
    return inspect.getdoc(found) or "" if found else ""


def _learners(marked: Marked) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for each in marked.submissions:
        key = each.learner.key
        found[key] = {
            "name": each.learner.name,
            "page": page_name(key),
            "earned": 0.0,
            "possible": 0.0,
            "notes": list(each.notes),
        }
    for row in marked.rows:
        mine = found[row.learner]
        if row.counts:
            mine["earned"] += row.points
            mine["possible"] += row.possible
        mine["notes"] += [f"{row.exercise}: {note}" for note in row.notes]
        if row.status.worth_a_look:
            mine["notes"].append(f"{row.exercise}: {row.message}")
    for mine in found.values():
        more = len(mine["notes"]) - MAX_NOTES
        mine["notes"] = mine["notes"][:MAX_NOTES] + ([f"and {more} more"] if more > 0 else [])
    return list(found.values())
