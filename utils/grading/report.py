"""The reports: one self-contained page a learner, one for the instructor, and the CSV files.

Whatever a learner wrote is escaped, and the pages load nothing. The instructor's page has one small
script, which sorts its tables and is named by its digest; all that is said is there without it.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import math
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from utils import catalogue, files, pages
from utils.exercises.diagnosis import DIFFERENCE, MISCONCEPTION
from utils.grading import free_text, give_back, gradebook, mistakes, scoring, similarity, statistics
from utils.grading.free_text import Question
from utils.grading.give_back import Returned
from utils.grading.grade import Marked
from utils.grading.marking import Row
from utils.grading.mistakes import BEHAVIOUR, Mistake
from utils.grading.policy import Adjustment
from utils.grading.scoring import Collected
from utils.grading.similarity import Cluster, Likeness, Written
from utils.grading.status import Status
from utils.grading.submissions import Submission
from utils.translation import first_of, language, message, of, translated

MAX_CLUSTERS = 100
MAX_SIDE_BY_SIDE = 12
MAX_NOTES = 40
MAX_MONDAY = 6
# Names in a cell of a table.
MAX_NAMED = 8
BINS = 20
DEVICE = re.compile(r"^(con|prn|aux|nul|com\d|lpt\d)(\.|$)")
# What a page says of its language, which chooses the font.
TAGS = {"en": "en", "zh": "zh-CN"}
KNOWN = {
    MISCONCEPTION: message("a known misconception"),
    DIFFERENCE: message("a difference that holds of all wrong calls"),
    BEHAVIOUR: message("the same outcomes on all calls"),
}


def prepare() -> None:
    """Read the templates of all pages, where there is time for it."""
    folder = Path(__file__).parent / "templates"
    pages.prepare(*(f"grading/templates/{each.name}" for each in folder.glob("*.jinja")))


def write(marked: Marked, out: Path) -> None:
    """Write every report into ``out``."""
    learners = [each.learner for each in marked.submissions]
    gradebook.write_gradebook(out / "gradebook.csv", marked.rows)
    gradebook.write_scores(out, learners, marked.rows, marked.title)
    rows = defaultdict(list)
    for row in marked.rows:
        rows[row.learner].append(row)
    returned = []
    for each in marked.submissions:
        mine = rows[each.learner.key]
        name = page_name(each.learner.key).removesuffix(".html")
        said = comment(each, mine)
        returned.append(Returned(each, name, learner_page(each, mine), said, mine))
    _save_all(out / "learners", {each.folder: each.page for each in returned})
    give_back.write(out / give_back.FOLDER, returned, marked.title)
    likeness = similarity.alike(marked.rows)
    listed = enumerate(likeness.clusters[:MAX_CLUSTERS], 1)
    _save_all(out / "similar", {str(number): similar_page(cluster) for number, cluster in listed})
    made = mistakes.find(marked.rows)
    names = {each.key: each.name for each in learners}
    _save_all(out / "mistakes", {each.key: mistake_page(each, names) for each in made})
    mistakes.save(made, out)
    scoring.write_sheets(marked.collected, out)
    for question in marked.collected.questions:
        page = scoring_page(question, marked.collected)
        _save(out / scoring.FOLDER / f"{question.key}.html", page)
    _save(out / "index.html", class_page(marked, likeness, made, out))


def summary(marked: Marked, out: Path) -> str:
    """What a terminal shows at the end."""
    learners, marks = len(marked.submissions), len(marked.rows) - len(marked.not_marked)
    kept = translated(", {n} of them marked before", n=marked.reused) if marked.reused else ""
    lines = [
        translated(
            "{learners} learners, {marks} marks{kept}: see {page}",
            learners=learners,
            marks=marks,
            kept=kept,
            page=out / "index.html",
        )
    ]
    names = {}
    for each in marked.submissions:
        key, name = each.learner.key, each.learner.name
        # A number alone says nothing to a person.
        names[key] = _plain(name if name == key else f"{name} ({key})")
        lines += [f"  {names[key]}: {_plain(note)}" for note in each.notes]
    if asked := marked.collected.questions:
        written = sum(len(marked.collected.answers(question)) for question in asked)
        scored = len({(score.question, score.answer) for score in marked.scores})
        text = message("{n} answers in prose, {scored} of them scored: see {folder}")
        lines.append(translated(text, n=written, scored=scored, folder=out / scoring.FOLDER))
    if waiting := len({row.learner for row in marked.rows if row.status == Status.NOT_SCORED}):
        text = message("Learners whose total is empty until an answer in prose is scored: {n}.")
        lines.append(translated(text, n=waiting))
    if marked.adjustments:
        count = len(marked.adjustments)
        text = (
            message("{n} adjustments are in them.")
            if count > 1
            else message("{n} adjustment is in them.")
        )
        lines.append(translated(text, n=count))
    if marked.not_marked:
        count = len(marked.not_marked)
        text = (
            message("{n} answers are not marked")
            if count > 1
            else message("{n} answer is not marked")
        )
        why = translated(", for a reason that is not the learner's: run the same command again.")
        lines.append(translated(text, n=count) + why)
        lines += [
            f"  {names[row.learner]}, {row.exercise}: {_plain(row.message)}"
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
    # Windows keeps some names for devices, whatever follows their first dot.
    safe = DEVICE.sub(r"_\g<0>", safe)
    # A name that looks like one with a digest gets one of its own; so does one that a file beside
    # the learners' folders has.
    taken = safe in give_back.FILES or re.search(r"-[0-9a-f]{16}$", safe)
    if safe != key or not safe or taken:
        safe += "-" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{safe}.html"


def _save(path: Path, text: str) -> None:
    files.replace(path, text.encode("utf-8", "replace"))


def _save_all(folder: Path, pages_: dict[str, str]) -> None:
    """Write the pages of a folder, and take away those of an earlier run that are no more."""
    written = {folder / f"{name}.html": text for name, text in pages_.items()}
    files.remove_others(folder, "*.html", written)
    for path, text in written.items():
        _save(path, text)


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
        "known": lambda mistake: translated(KNOWN[mistake.kind]),
        "named": _named,
        "of": _of,
        "tag": lambda: TAGS[language()],
        "page_name": page_name,
        "label": _label,
        "rubric": _rubric,
    }
    return pages.render(f"grading/templates/{template}.html.jinja", **values, **functions)


def _script(name: str) -> dict[str, Any]:
    """A script of ours, and the digest by which a page's policy lets it run and no other."""
    text = (Path(__file__).parent / "templates" / f"{name}.js").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return {"text": Markup(text), "digest": f"sha256-{digest}"}


def _label(name: str) -> str:
    """What a page calls an exercise, or a question that is answered in prose."""
    topic, dot, question = name.partition(".")
    if not dot:
        return name
    asked = free_text.questions(topic)[question]
    return f"{catalogue.chapter(topic).number} {asked.short}"


def _rubric(row: Row) -> Sequence[free_text.Criterion]:
    """What an answer in prose is scored by, in the language of whoever reads it."""
    topic, _, name = row.exercise.partition(".")
    return free_text.questions(topic)[name].shown.criteria


def _number(value: float) -> str:
    return "" if math.isnan(value) else f"{value:.2f}"


def _points(row: Row) -> str:
    return _of(row.points if row.counts else "–", row.max_points)


def _of(part: float | str, whole: float) -> str:
    """As in "2 of 3"."""
    said = part if isinstance(part, str) else f"{part:g}"
    return translated("{part} of {whole}", part=said, whole=f"{whole:g}")


def _named(row: Row) -> str:
    """The mistake of an answer by its name."""
    return of(row.topic, "name", pages.words(row.misconception))


def _kind(row: Row) -> str:
    if not row.status.tried:
        return "some"
    return "good" if row.status == Status.PASSED else "some" if row.points else "bad"


def _outcome(verdict: dict[str, Any]) -> tuple[str, str]:
    if verdict["held"]:
        return translated("holds"), "good"
    if verdict["share"]:
        return translated("partly"), "some"
    return translated("fails"), "bad"


def _who(names: Sequence[str]) -> str:
    said = [translated(name) if name == similarity.PUBLISHED else name for name in names]
    return first_of(said, MAX_NAMED)


# ---- pages ----------------------------------------------------------------------------------


def learner_page(submission: Submission, rows: Sequence[Row]) -> str:
    """What went wrong, what to read, and her own code; nothing of the hidden inputs."""
    wrong = [row for row in rows if row.counts and row.status.tried and _lost(row) > 0]
    passed = [row for row in rows if row.counts and row.status.tried and _lost(row) <= 0]
    return _page(
        "learner",
        submission=submission,
        rows=rows,
        wrong=sorted(wrong, key=lambda row: -_lost(row)),
        passed=passed,
        blank=[row for row in rows if not (row.counts and row.status.tried)],
        whole=_of_the_whole(rows),
        reading=_reading(rows),
        earned=sum(r.points for r in rows),
        possible=sum(r.possible for r in rows if r.counts),
        unknown=sum(not r.counts for r in rows),
    )


def comment(submission: Submission, rows: Sequence[Row]) -> str:
    """A learner's page in a few sentences, for a comment or a letter: points, what went wrong."""
    earned, possible = sum(r.points for r in rows), sum(r.possible for r in rows if r.counts)
    lines = [translated("{points} points.", points=_of(earned, possible))]
    if unknown := sum(not row.counts for row in rows):
        text = message("{n} of {total} exercises are not marked yet.")
        lines.append(translated(text, n=unknown, total=len(rows)))
    if submission.lateness and submission.lateness.days:
        lines.append(submission.lateness.sentence)
    lines += (whole := _of_the_whole(rows))
    lines += [_with_a_stop(each.comment) for each in submission.remarks]
    for row in sorted(rows, key=lambda row: -_lost(row)):
        name = _label(row.exercise)
        if row.counts and row.status.tried and _lost(row) > 0:
            what = _named(row) if row.misconception else translated(row.status)
            said = {"exercise": name, "points": _points(row), "what": what}
            lines.append(translated("{exercise}: {points} ({what}).", **said))
        said_of_it = [each.comment for each in row.adjustments if each.comment]
        lines += [f"{name}: {_with_a_stop(each)}" for each in said_of_it]
    if whole:
        return "\n".join(lines)
    # What has points all the same was shown to a person in another way.
    blank = sum(row.counts and not row.status.tried and not row.points for row in rows)
    if blank:
        lines.append(translated("Not written: {n} of {total} exercises.", n=blank, total=len(rows)))
    if any(row.counts and _lost(row) > 0 for row in rows):
        lines.append(translated("The page feedback.html says why, and what to read."))
    else:
        lines.append(translated("The page feedback.html shows your answers."))
    return "\n".join(lines)


def _of_the_whole(rows: Sequence[Row]) -> list[str]:
    """Why there is nothing to mark: one thing, and not one an exercise."""
    said = {row.message: row.status for row in rows if row.status.of_the_whole}
    if Status.UNREADABLE in said.values():
        text = message("Hand it in again: save the notebook in JupyterLab and send that file.")
        return [*said, translated(text)]
    return list(said)


def _with_a_stop(words: str) -> str:
    """What a person wrote, so that a sentence can follow it on the same line."""
    return words if words.endswith(tuple(".!?…。！？")) else words + translated(".")


def _lost(row: Row) -> float:
    return row.max_points - row.earned


def _reading(rows: Sequence[Row]) -> dict[str, str]:
    """For each exercise the place in the notebooks that says what it needs."""
    found: dict[str, str] = {}
    for topic in dict.fromkeys(row.topic for row in rows):
        found |= _places(topic, language())
    return found


@functools.cache
def _places(topic: str, spoken: str) -> dict[str, str]:
    stem = catalogue.chapter(topic).stem
    places = catalogue.headings(topic, functools.partial(of, topic, "notebook"))
    return {name: f"{stem}, {place}" for name, place in places.items()}


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


def mistake_page(mistake: Mistake, names: dict[str, str]) -> str:
    """The learners who made a mistake, and their code; equal texts once."""
    answers = defaultdict(list)
    for row in mistake.rows:
        answers[row.code].append(row)
    return _page("mistake", mistake=mistake, names=names, answers=list(answers.items()))


def scoring_page(question: Question, collected: Collected) -> str:
    """The answers to a question without names, with the rubric and a field a criterion."""
    return _page(
        "scoring",
        question=question.shown,
        # What the file with the scores is read by.
        columns=[each.name for each in question.criteria],
        chapter=catalogue.chapter(question.topic).number,
        answers=collected.answers(question),
        step=scoring.STEP,
        script=_script("scoring"),
    )


def class_page(marked: Marked, likeness: Likeness, made: Sequence[Mistake], out: Path) -> str:
    """The class: scores, what to teach again, who earned what, mistakes, who wrote alike."""
    rows = marked.rows
    listed = likeness.clusters[:MAX_CLUSTERS]
    nearly = similarity.NEARLY_IDENTICAL
    columns = list(dict.fromkeys(row.exercise for row in rows))
    return _page(
        "class",
        title=marked.title or translated("Class report"),
        titles=[catalogue.chapter(topic).stem for topic in marked.topics],
        folder=out,
        seed=marked.seed,
        warnings=marked.warnings,
        unknown=len(marked.not_marked),
        adjustments=len({(a.learner, a.exercise) for a in marked.adjustments if a.exercise}),
        late=sum(bool(each.lateness and each.lateness.days) for each in marked.submissions),
        scores=_scores(marked),
        monday=_monday(made, rows),
        columns=columns,
        map=_map(marked, columns),
        items=statistics.items(rows),
        fewest=statistics.FEWEST_LEARNERS,
        mistakes=made,
        names={each.learner.key: each.learner.name for each in marked.submissions},
        questions=scoring.overview(marked.collected, marked.scores),
        likeness=likeness,
        least=nearly if math.isnan(likeness.threshold) else min(nearly, likeness.threshold),
        clusters=[(cluster, f"{n}.html") for n, cluster in enumerate(listed, 1)],
        more_clusters=len(likeness.clusters) - len(listed),
        learners=_learners(marked),
        script=_script("class"),
    )


def _shares(marked: Marked) -> dict[str, float]:
    """The share of the points that each learner has, of whom a mark is known."""
    earned: dict[str, float] = defaultdict(float)
    possible: dict[str, float] = defaultdict(float)
    for row in marked.rows:
        if row.counts:
            earned[row.learner] += row.points
            possible[row.learner] += row.possible
    return {key: earned[key] / possible[key] for key in earned if possible[key]}


def _scores(marked: Marked) -> dict[str, Any] | None:
    shares = _shares(marked)
    if not shares:
        return None
    names = {each.learner.key: each.learner.name for each in marked.submissions}
    within: list[list[str]] = [[] for _ in range(BINS)]
    for key, share in sorted(shares.items()):
        within[min(int(share * BINS + 1e-9), BINS - 1)].append(names.get(key, key))
    most = max(map(len, within))
    step = 100 // BINS
    bars = [
        {
            "label": f"{step * i}–{step * (i + 1)}",
            "height": f"{85 * len(who) / most:.0f}",
            "count": len(who),
            "who": ", ".join(who),
        }
        for i, who in enumerate(within)
    ]
    return {"median": f"{100 * np.median(list(shares.values())):.0f}", "bars": bars}


def _monday(made: Sequence[Mistake], rows: Sequence[Row]) -> list[dict[str, Any]]:
    """What most learners would gain from: mistakes that two or more made."""
    tried: dict[str, int] = defaultdict(int)
    for row in rows:
        tried[row.exercise] += row.status.tried
    return [
        {
            "mistake": each,
            "tried": tried[each.exercise],
            "percent": f"{100 * len(each.rows) / tried[each.exercise]:.0f}",
        }
        for each in made
        if len(each.rows) >= mistakes.FEWEST
    ][:MAX_MONDAY]


def _map(marked: Marked, columns: Sequence[str]) -> list[dict[str, Any]]:
    """A line a learner and a cell an exercise, the best first."""
    shares = _shares(marked)
    cells: dict[str, dict[str, dict[str, str]]] = defaultdict(dict)
    for row in marked.rows:
        cells[row.learner][row.exercise] = _cell(row)
    nothing = {"kind": "", "sign": "", "value": "", "shade": ""}
    lines = [
        {
            "name": each.learner.name,
            "page": page_name(each.learner.key),
            "share": f"{shares.get(each.learner.key, 0.0):.4f}",
            "percent": f"{100 * shares.get(each.learner.key, 0.0):.0f}",
            "cells": [cells[each.learner.key].get(name, nothing) for name in columns],
        }
        for each in marked.submissions
    ]
    return sorted(lines, key=lambda line: (-float(line["share"]), line["name"]))


def _cell(row: Row) -> dict[str, str]:
    share = row.earned / row.max_points if row.max_points else 0.0
    kind, sign, shade = "", f"{100 * share:.0f}", f"{0.12 + 0.5 * share:.2f}"
    known = row.counts and row.status != Status.UNREADABLE
    if not known:
        sign, shade = "?", ""
    elif not row.status.tried:
        sign, shade = "·", ""
    elif share >= 1:
        kind, sign, shade = "full", "✓", ""
    elif share <= 0:
        kind, sign, shade = "none", "0", ""
    value = f"{share:.4f}" if known else ""
    points = translated("{points} points", points=_points(row))
    status = translated(", ").join([translated(row.status), points])
    said = {"exercise": row.exercise, "status": status}
    return {"kind": kind, "sign": sign, "value": value, "shade": shade, **said}


def _remark(said: Adjustment) -> str:
    """What a person says about all that a learner handed in, and who says it."""
    who = said.by or translated("Your instructor")
    return f"{who}{translated(':')} {said.comment}"


def _learners(marked: Marked) -> list[dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for each in marked.submissions:
        key = each.learner.key
        late = [each.lateness.sentence] if each.lateness and each.lateness.days else []
        found[key] = {
            "key": key,
            "name": each.learner.name,
            "page": page_name(key),
            "earned": 0.0,
            "possible": 0.0,
            "notes": [*late, *each.notes, *map(_remark, each.remarks)],
        }
    for row in marked.rows:
        mine = found[row.learner]
        if row.counts:
            mine["earned"] += row.points
            mine["possible"] += row.possible
        mine["notes"] += [f"{row.exercise}: {note}" for note in row.notes]
        mine["notes"] += [
            f"{_label(row.exercise)}: {_of(row.points, row.max_points)}"
            + translated(", was {points}", points=f"{row.earned - row.penalty:g}")
            + (translated(", by {name}", name=each.by) if each.by else "")
            + f"{translated('.')} {each.comment}"
            for each in row.adjustments
        ]
        if row.status.worth_a_look:
            once = row.status.of_the_whole
            mine["notes"].append(row.message if once else f"{row.exercise}: {row.message}")
    for mine in found.values():
        mine["notes"] = list(dict.fromkeys(mine["notes"]))
        more = len(mine["notes"]) - MAX_NOTES
        mine["notes"] = mine["notes"][:MAX_NOTES] + (
            [translated("and {n} more", n=more)] if more > 0 else []
        )
    return list(found.values())
