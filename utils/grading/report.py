"""The reports: one self-contained page a learner, one for the instructor, and the CSV files.

Whatever a learner wrote is escaped; the pages load nothing and run no script.
"""

from __future__ import annotations

import hashlib
import html
import inspect
import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from utils import catalogue
from utils.grading import gradebook, statistics
from utils.grading.grade import Marked
from utils.grading.marking import Row
from utils.grading.submissions import HandedIn

STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#1f2328}
table{border-collapse:collapse;width:100%;margin:.5em 0 1.5em}
th,td{text-align:left;padding:.25em .6em;border-bottom:1px solid #d0d7de;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
pre{background:#f6f8fa;padding:.8em;overflow:auto;white-space:pre-wrap;font-size:14px}
.pill{border-radius:1em;padding:.1em .7em;color:#fff;font-weight:600;white-space:nowrap}
.good{background:#1a7f37}.bad{background:#b3261e}.some{background:#57606a}
.bar{background:#0072b2;height:1em}section{margin:2em 0}.quiet{color:#57606a}
"""
HEAD = (
    "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
    "<meta http-equiv='Content-Security-Policy' content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\">"
    "<meta name='viewport' content='width=device-width'>"
)


def write(marked: Marked, out: Path) -> None:
    """Write every report into ``out``."""
    learners = [each.learner for each in marked.handed_in]
    gradebook.write_gradebook(out / "gradebook.csv", marked.rows)
    gradebook.write_scores(out / "scores.csv", learners, marked.rows)
    pages = out / "learners"
    pages.mkdir(exist_ok=True)
    rows = defaultdict(list)
    for row in marked.rows:
        rows[row.learner].append(row)
    for each in marked.handed_in:
        page = learner_page(each, rows[each.learner.key])
        _save(pages / page_name(each.learner.key), page)
    _save(out / "index.html", index_page(marked))


def summary(marked: Marked, out: Path) -> str:
    """What a terminal shows at the end."""
    learners = len(marked.handed_in)
    marks = len(marked.rows)
    kept = f", {marked.reused} of them marked before" if marked.reused else ""
    lines = [f"{learners} learners, {marks} marks{kept}: see {out / 'index.html'}"]
    for each in marked.handed_in:
        lines += [f"  {_plain(each.learner.key)}: {_plain(note)}" for note in each.notes]
    return "\n".join(lines)


def page_name(key: str) -> str:
    """A file name for a learner, whatever her folder is called.

    Examples
    --------
    >>> page_name("mei")
    'mei.html'
    """
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", key).strip(".")[:80]
    if safe != key or key.lower() != key:
        # Two keys must not share a file, also where upper and lower case are one.
        safe += "-" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe}.html"


def _save(path: Path, text: str) -> None:
    draft = path.with_suffix(".html.part")
    draft.write_text(text, "utf-8", errors="replace", newline="\n")
    draft.replace(path)


def _plain(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _(text: object) -> str:
    """Escaped, and nothing in it that a page cannot hold."""
    visible = "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in str(text))
    return html.escape(visible)


def _page(title: str, body: Iterable[str]) -> str:
    head = f"{HEAD}<title>{_(title)}</title><style>{STYLE}</style></head>"
    return f"{head}<body>{''.join(body)}</body></html>\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[int] = ()) -> str:
    def line(cells: Sequence[str], tag: str) -> str:
        return "".join(
            f"<{tag}{' class=n' if i in numbers else ''}>{cell}</{tag}>"
            for i, cell in enumerate(cells)
        )

    body = "".join(f"<tr>{line(cells, 'td')}</tr>" for cells in rows)
    return f"<table><tr>{line(heads, 'th')}</tr>{body}</table>"


def _pill(text: str, kind: str) -> str:
    return f"<span class='pill {kind}'>{_(text)}</span>"


def _status(row: Row) -> str:
    kind = "good" if row.status == "passed" else "some" if row.points else "bad"
    return _pill(row.status, "some" if row.status in statistics.NOT_TRIED else kind)


def _words(name: str) -> str:
    return _(name.replace("_", " "))


# ---- a learner's page -----------------------------------------------------------------------


def learner_page(each: HandedIn, rows: Sequence[Row]) -> str:
    """Her own code and the feedback on it, exercise by exercise."""
    earned, possible = sum(r.points for r in rows), sum(r.max_points for r in rows)
    body = [f"<h1>{_(each.learner.name)}</h1><p>{earned:g} of {possible:g} points.</p>"]
    if each.notes:
        body.append("<ul>" + "".join(f"<li>{_(note)}</li>" for note in each.notes) + "</ul>")
    body.append(
        _table(
            ["exercise", "points", ""],
            [
                [
                    f"<a href='#{_(r.exercise)}'>{_(r.exercise)}</a>",
                    f"{r.points:g} of {r.max_points:g}",
                    _status(r),
                ]
                for r in rows
            ],
            numbers=[1],
        )
    )
    body += [_exercise(row) for row in rows]
    return _page(each.learner.name, body)


def _exercise(row: Row) -> str:
    parts = [
        f"<section id='{_(row.exercise)}'><h2>{_(row.exercise)}</h2>"
        f"<p>{_status(row)} {row.points:g} of {row.max_points:g} points</p>"
    ]
    if row.misconception:
        parts.append(f"<p>Looks like: <b>{_words(row.misconception)}</b></p>")
    parts += [f"<p>{_(text)}</p>" for text in row.message.split("\n\n") if text]
    parts += [f"<p class='quiet'>{_(note)}</p>" for note in row.notes]
    wrong = [e for e in row.examples if not e["passed"]]
    if wrong:
        cells = [[f"<pre>{_(e[k])}</pre>" for k in ("call", "expected", "got")] for e in wrong]
        parts.append(_table(["call", "expected", "got"], cells))
    if row.criteria:
        verdicts = [
            [
                _pill(*_state(verdict)),
                f"<code>{_(verdict['name'])}</code>",
                _(verdict["reason"]),
            ]
            for verdict in row.criteria
        ]
        parts.append(_table(["", "property", "why it matters"], verdicts))
    if row.code:
        parts.append(f"<details><summary>Your code</summary><pre>{_(row.code)}</pre></details>")
    if row.printed:
        parts.append(
            f"<details><summary>What it printed</summary><pre>{_(row.printed)}</pre></details>"
        )
    return "".join(parts) + "</section>"


def _state(verdict: dict[str, Any]) -> tuple[str, str]:
    if verdict["held"]:
        return "holds", "good"
    return ("partly", "some") if verdict["share"] else ("fails", "bad")


# ---- the instructor's page ------------------------------------------------------------------


def index_page(marked: Marked) -> str:
    """The class: scores, exercises, misconceptions, what to teach again, who wrote alike."""
    rows = marked.rows
    body = ["<h1>Class report</h1>"]
    titles = ", ".join(catalogue.chapter(topic).stem for topic in marked.topics)
    body.append(
        f"<p>{len(marked.handed_in)} learners, {_(titles)}. Hidden inputs were drawn from the "
        f"secret seed <code>{marked.seed}</code>: with <code>--seed {marked.seed}</code> the same "
        "submissions get the same marks. Keep it secret while the chapter is open.</p>"
    )
    body += [f"<p class='quiet'>{_(sentence)}</p>" for sentence in marked.warnings]
    body += [_scores(marked), _monday(rows), _items(rows), _misconceptions(rows), _alike(rows)]
    body.append(_learners(marked))
    return _page("Class report", body)


def _scores(marked: Marked) -> str:
    earned: dict[str, float] = {each.learner.key: 0.0 for each in marked.handed_in}
    possible: dict[str, float] = dict.fromkeys(earned, 0.0)
    for row in marked.rows:
        earned[row.learner] += row.points
        possible[row.learner] += row.max_points
    shares = np.array([earned[k] / possible[k] for k in earned if possible[k]])
    if not len(shares):
        return ""
    counts, _edges = np.histogram(shares, bins=10, range=(0, 1))
    bars = [
        [
            f"{10 * i} to {10 * (i + 1)} %",
            f"<div class='bar' style='width:{100 * n / max(counts.max(), 1):.0f}%'></div>",
            str(n),
        ]
        for i, n in enumerate(counts)
    ]
    return (
        f"<h2>Half of the class earned {100 * np.median(shares):.0f} % of the points or more</h2>"
        + _table(["share of points", "", "learners"], bars, numbers=[2])
    )


def _monday(rows: Sequence[Row]) -> str:
    """What most learners would gain from, in at most three sentences."""
    sentences = []
    for name, misconception, who in statistics.misconceptions(rows)[:3]:
        explained = _explanation(name, misconception)
        sentences.append(
            f"<li><b>{_(name)}</b>, <i>{_words(misconception)}</i> ({len(who)} of the class). "
            f"{_(explained)}</li>"
        )
    if not sentences:
        for name, prop, count in statistics.failed_properties(rows)[:3]:
            sentences.append(
                f"<li><b>{_(name)}</b>: <code>{_(prop)}</code> failed {count} times.</li>"
            )
    if not sentences:
        return "<h2>What to teach again on Monday</h2><p>Nothing: no mistake was made twice.</p>"
    return f"<h2>What to teach again on Monday</h2><ol>{''.join(sentences)}</ol>"


def _explanation(name: str, misconception: str) -> str:
    topic = catalogue.topic_of(name)
    known = catalogue.load(topic)[name].misconceptions if topic else ()
    found = next((m for m in known if m.__name__ == misconception), None)
    return inspect.getdoc(found) or "" if found else ""


def _items(rows: Sequence[Row]) -> str:
    lines = [
        [
            _(item.exercise),
            f"{item.tried} of {item.learners}",
            str(item.passed),
            f"{100 * item.difficulty:.0f} %",
            "" if math.isnan(item.discrimination) else f"{item.discrimination:.2f}",
        ]
        for item in statistics.items(rows)
    ]
    heads = ["exercise", "tried", "passed", "mean share of points", "discrimination"]
    return (
        "<h2>Exercise by exercise</h2>"
        + _table(heads, lines, numbers=[1, 2, 3, 4])
        + "<p class='quiet'>Discrimination is the correlation with the points in all other "
        "exercises: near 0 or below, an exercise measures something else, or is faulty.</p>"
    )


def _misconceptions(rows: Sequence[Row]) -> str:
    lines = [
        [
            str(len(who)),
            _(name),
            _words(misconception),
            _(", ".join(who[:8])) + (" …" if who[8:] else ""),
        ]
        for name, misconception, who in statistics.misconceptions(rows)
    ]
    if not lines:
        return "<h2>Misconceptions</h2><p>None of the known ones was found.</p>"
    heads = ["learners", "exercise", "misconception", "who"]
    return "<h2>Misconceptions, the commonest first</h2>" + _table(heads, lines, numbers=[0])


def _alike(rows: Sequence[Row]) -> str:
    pairs, median, threshold = statistics.similar(rows)
    if math.isnan(median):
        return "<h2>Similar answers</h2><p>Too few answers of some length to compare.</p>"
    intro = (
        f"<h2>Similar answers</h2><p>Two learners of this class share {100 * median:.0f} % of "
        "their sequences of five tokens (the median pair; names, comments and layout do not "
        f"count). Pairs above {100 * threshold:.0f} % are listed. Likeness is a reason to ask, "
        "no proof.</p>"
    )
    lines = [
        [_(p.first), _(p.second), f"{100 * p.similarity:.0f} %", str(p.exercises)] for p in pairs
    ]
    if not lines:
        return intro + "<p>There is none.</p>"
    heads = ["learner", "learner", "similarity", "exercises compared"]
    return intro + _table(heads, lines, numbers=[2, 3])


def _learners(marked: Marked) -> str:
    earned: dict[str, float] = defaultdict(float)
    possible: dict[str, float] = defaultdict(float)
    notes = {each.learner.key: list(each.notes) for each in marked.handed_in}
    for row in marked.rows:
        earned[row.learner] += row.points
        possible[row.learner] += row.max_points
        notes[row.learner] += [f"{row.exercise}: {note}" for note in row.notes]
        if row.status in ("timed out", "crashed", "syntax error", "not marked", "not run"):
            notes[row.learner].append(f"{row.exercise}: {row.message}")
    lines = [
        [
            f"<a href='learners/{_(page_name(each.learner.key))}'>{_(each.learner.name)}</a>",
            f"{earned[each.learner.key]:g} of {possible[each.learner.key]:g}",
            "<br>".join(_(note) for note in notes[each.learner.key]),
        ]
        for each in marked.handed_in
    ]
    return "<h2>Learners</h2>" + _table(["learner", "points", "notes"], lines, numbers=[1])
