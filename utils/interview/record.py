"""An interview that is kept step by step in a file, and its transcript.

What is done is on disk before the next question is asked: a stop loses nothing.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from utils import files
from utils.interview import cards, session
from utils.interview.bank import AXES
from utils.interview.scores import Marked, Result
from utils.interview.session import Content, Part, Plan
from utils.translation import both, language, of, translated


class Interview:
    """An interview whose every step is appended to a file, and read back from it."""

    def __init__(self, file: Path, name: str, plan: Plan) -> None:
        self.file, self.name, self.plan = file, name, plan
        # By the number of the part: seconds, lines that were said, whether these are all.
        self.seconds: dict[int, float] = {}
        self.said: dict[int, list[str]] = {}
        self.complete: set[int] = set()
        # What the check gave for code, and the scores given so far, points before red flags.
        self.marks: dict[int, Marked] = {}
        self.given: dict[int, list[float]] = {}
        self.results: dict[int, Result] = {}
        self.finished = False
        # The language it began in, empty where that was not kept, and whether words are kept.
        self.language, self.in_full = "", False

    @classmethod
    def begin(cls, file: Path, plan: Plan, in_full: bool = False) -> Interview:
        """A new interview."""
        now = datetime.now().astimezone()
        name = first = f"{now:%Y-%m-%d_%H%M%S}_seed{plan.seed}"
        # Two within a second are two.
        taken = {each.name for each in cls.read(file)}
        for number in itertools.count(2):
            if name not in taken:
                break
            name = f"{first}_{number}"
        interview = cls(file, name, plan)
        interview.keep(start=asdict(plan))
        interview.keep(language=language(), in_full=in_full)
        return interview

    @classmethod
    def resume(
        cls, file: Path, level: str, topic: str | None, minutes: int, seed: int | None
    ) -> Interview | None:
        """The last unfinished interview that was asked for in this way."""
        wanted = (level, topic, minutes)
        for each in reversed(cls.read(file)):
            plan = each.plan
            if (plan.level, plan.topic, plan.minutes) == wanted and seed in (None, plan.seed):
                return None if each.finished else each
        return None

    @classmethod
    def read(cls, file: Path) -> list[Interview]:
        """Every interview in a file. A line that makes no sense is passed over."""
        found: dict[str, Interview] = {}
        for fields in files.read(file):
            try:
                name = fields["interview"]
                if "start" in fields:
                    found[name] = cls(file, name, _plan(fields["start"]))
                else:
                    found[name]._apply(fields)
            except (KeyError, TypeError, ValueError, AttributeError):
                continue
        return list(found.values())

    def _apply(self, fields: dict[str, Any]) -> None:
        if "start" in fields:
            return
        if "finished" in fields:
            self.finished = True
            return
        if "language" in fields:
            self.language, self.in_full = str(fields["language"]), bool(fields["in_full"])
            return
        part = int(fields["part"])
        if not 0 <= part < len(self.plan.parts):
            return
        if "scores" in fields:
            self.results[part] = _result(fields)
        elif "given" in fields:
            self.given.setdefault(part, []).append(float(fields["given"]))
        elif "marked" in fields:
            self.marks[part] = _marked(fields["marked"])
        elif "said" in fields:
            self.said.setdefault(part, []).append(str(fields["said"]))
        elif "note" in fields:  # the last line, or the only one
            self.said.setdefault(part, []).append(str(fields["note"]))
            self.complete.add(part)
            if "seconds" in fields:
                self.seconds[part] = float(fields["seconds"])
        else:
            self.seconds[part] = float(fields["seconds"])

    def keep(self, **fields: Any) -> None:
        """Append one step, and take it over."""
        files.append(self.file, {"interview": self.name, **fields})
        self._apply(fields)

    def note(self, part: int) -> str:
        """What the candidate wrote down in a part."""
        return "\n".join(self.said.get(part, [])).strip()

    def scored(self, part: int, result: Result) -> None:
        """Keep the result of a part."""
        self.keep(part=part, **asdict(result))


def _plan(fields: dict[str, Any]) -> Plan:
    plan = Plan(**{**fields, "parts": tuple(Part(**part) for part in fields["parts"])})
    # The course may have changed since.
    if not all(session.still_there(part) for part in plan.parts):
        raise ValueError("a part is gone")
    return plan


def _result(fields: dict[str, Any]) -> Result:
    marked = fields.get("marked")
    seconds = fields.get("seconds")
    return Result(
        tuple(map(float, fields["scores"])),
        tuple(map(bool, fields.get("flags", ()))),
        str(fields.get("note", "")),
        None if seconds is None else float(seconds),
        None if marked is None else _marked(marked),
    )


def _marked(fields: Any) -> Marked:
    ordinary, edges, misconception = fields
    return float(ordinary), float(edges), misconception


def seen(interviews: Iterable[Interview]) -> Counter[str]:
    """How often each part was asked before, by its key."""
    return Counter(
        part.key
        for each in interviews
        for number, part in enumerate(each.plan.parts)
        if number in each.seconds or number in each.results
    )


# ---- a transcript ---------------------------------------------------------------------------


def transcript(held: Interview, folder: Path) -> str:
    """All that was asked, said, written and scored, in Markdown.

    It can be given to a colleague, or to a language model of one's own, to be scored again by the
    same points.

    Parameters
    ----------
    folder : Path
        Where the notebooks of the coding parts are.
    """
    lines = [f"# {held.plan.title}", "", translated("{date}, transcript.", date=held.name[:10]), ""]
    lines += [
        translated(
            "To whoever scores it: give each point 1, ½ or 0 for what the candidate said or wrote, "
            "and only for that; then say which red flags were raised. "
            "The model answer is one of many."
        ),
        "",
    ]
    for number, part in enumerate(held.plan.parts):
        lines += [translated("## Part {n}: {title}", n=number + 1, title=part.title), ""]
        lines += _part(held, number, session.content(part, held.plan.level), folder)
    return "\n".join(lines).rstrip() + "\n"


def _part(held: Interview, number: int, found: Content, folder: Path) -> list[str]:
    part, result = held.plan.parts[number], held.results.get(number)
    first, second = both(found.en, found.zh)
    lines = [first, "", second, ""]
    for text in (found.code, cards.as_rows(found.table) if found.table else "", found.refers):
        lines += ["```python" if text == found.code else "```", text, "```", ""] if text else []
    if number not in held.seconds and result is None:
        return [*lines, translated("*Not reached.*"), ""]
    if number in held.seconds:
        spent = {"n": f"{held.seconds[number] / 60:.1f}", "total": f"{part.minutes:.0f}"}
        lines += [translated("Time: {n} of {total} minutes.", **spent), ""]
    said = held.note(number)
    lines += [
        translated("**The candidate said**"),
        "",
        said or translated("*Nothing was written down.*"),
        "",
    ]
    if part.kind == "code":
        lines += [
            translated("**The candidate wrote**"),
            "",
            "```python",
            _written(notebook(folder, held, part)),
        ]
        lines += ["```", ""]
        if number in held.marks:
            ordinary, edges, mistake = held.marks[number]
            name = of(part.key.split("/")[0], "name", (mistake or "").replace("_", " "))
            named = translated("; it named {name}", name=name) if mistake else ""
            lines += [
                translated(
                    "The check: {ordinary} of the ordinary case, {edges} of the edge cases{named}.",
                    ordinary=f"{ordinary:.0%}",
                    edges=f"{edges:.0%}",
                    named=named,
                ),
                "",
            ]
    lines += [translated("**Points**, with the candidate's own scores"), ""]
    points = result.scores if result else tuple(held.given.get(number, ()))
    for i, point in enumerate(found.rubric):
        own = f"{points[i]:g}" if i < len(points) else translated("not scored")
        own = translated("Own score: {score}", score=own)
        lines.append(f"- [{translated(AXES[point.axis])}] {point.text} {own}")
    flags = result.flags if result else ()
    for i, flag in enumerate(found.red_flags):
        own = translated("yes") if i < len(flags) and flags[i] else translated("no")
        lines.append(
            "- " + translated("Red flag: {text} Own answer: {answer}", text=flag, answer=own)
        )
    return [*lines, "", translated("**A good answer**"), "", found.answer, ""]


def notebook(folder: Path, held: Interview, part: Part) -> Path:
    """Where the code of a part is written."""
    return folder / f"{held.name}_{part.key.split('/')[-1]}.ipynb"


def _written(path: Path) -> str:
    try:
        cells = json.loads(path.read_text("utf-8"))["cells"]
        found = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    except (OSError, ValueError, KeyError, TypeError):
        return translated("# nothing that can be read")
    return "\n\n".join(filter(None, found[1:]))
