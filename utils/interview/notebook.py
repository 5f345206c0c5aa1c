"""The mock interview in a notebook: Markdown and HTML, which static views show too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from utils import progress
from utils.check import Feedback
from utils.exercises import Mark
from utils.interview.bank import AXES, NotPossible
from utils.interview.scores import Result, as_scores, marked, scorecard
from utils.interview.session import Content, content, draw, find_task
from utils.translation import both, message, translated


@dataclass(frozen=True)
class Page:
    """Markdown that a notebook renders, and that reads well as text."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return self.text


@dataclass(frozen=True)
class Clock:
    """Minutes that count down while the page is open; where no script may run, the minutes."""

    minutes: float

    def __repr__(self) -> str:
        return translated("{n} minutes", n=f"{self.minutes:.0f}")

    def _repr_html_(self) -> str:
        over = translated("over by ")
        return (
            f"<span role='timer' style='font-size:1.4em'>{escape(repr(self))}</span>"
            "<script>(() => { const shown = document.currentScript.previousElementSibling;"
            f"const end = Date.now() + {round(self.minutes * 60_000)};"
            "const tick = () => { const s = Math.round((end - Date.now()) / 1000), a = Math.abs(s);"
            f"shown.textContent = (s < 0 ? '{over}' : '') + Math.floor(a / 60) + ':' + "
            "String(a % 60).padStart(2, '0'); if (shown.isConnected) setTimeout(tick, 500); };"
            "setTimeout(tick, 0); })()</script>"
        )


class Mock:
    """An interview in a notebook. Parts are counted from 1, as they are shown.

    Examples
    --------
    >>> interview = Mock(topic="collaborative_filtering", seed=1)
    >>> len(interview.plan.parts)
    6
    """

    def __init__(
        self, level: str = "mid", topic: str | None = None, minutes: int = 45, seed: int = 0
    ) -> None:
        self.plan = draw(level, topic, minutes, seed)
        self.results: dict[int, Result] = {}

    def __repr__(self) -> str:
        rows = [f"| {n} | {p.title} | {p.minutes:.0f} |" for n, p in enumerate(self.plan.parts, 1)]
        head = [f"**{self.plan.title}**", "", translated("| part | | minutes |"), "|---|---|---|"]
        return "\n".join([*head, *rows])

    def _repr_markdown_(self) -> str:
        return repr(self)

    def _content(self, number: int) -> tuple[int, Content]:
        if not 1 <= number <= len(self.plan.parts):
            said = message("There is no part {number}: they are 1 to {last}.")
            raise NotPossible(translated(said, number=number, last=len(self.plan.parts)))
        return number - 1, content(self.plan.parts[number - 1], self.plan.level)

    def ask(self, number: int) -> Page:
        """The question of a part."""
        return Page(asked(self._content(number)[1]))

    def clock(self, number: int) -> Clock:
        """A clock for a part."""
        return Clock(self.plan.parts[self._content(number)[0]].minutes)

    def reveal(self, number: int) -> Page:
        """The model answer and the rubric of a part: look when you have answered."""
        return Page(answered(self._content(number)[1]))

    def mark(self, number: int, answer: Callable[..., Any] | None) -> Feedback:
        """Mark the code of a part, as `check` does; None stands for nothing written."""
        i, _ = self._content(number)
        part = self.plan.parts[i]
        if part.kind != "code":
            said = message("Part {number} asks for no code: score it instead.")
            raise NotPossible(translated(said, number=number))
        topic, name = part.key.split("/")
        task = find_task(topic, name)
        nothing = Mark(
            name, 0.0, float(task.points), message=translated("Nothing is written."), started=False
        )
        mark = task.mark(answer) if answer else nothing
        self.results[i] = replace(self.results.get(i, Result(())), marked=marked(mark))
        if mark.started:
            progress.record(topic, mark)
        return Feedback(mark, progress.of_chapter(topic, progress.events()))

    def score(self, number: int, points: str, red_flags: str = "") -> None:
        """Keep how you scored yourself: y for yes, h for half, n for no, a letter a point."""
        i, found = self._content(number)
        scores = as_scores(points, len(found.rubric))
        flags = tuple(s == 1 for s in as_scores(red_flags, len(found.red_flags)))
        self.results[i] = replace(self.results.get(i, Result(())), scores=scores, flags=flags)

    def scorecard(self) -> Page:
        """The scorecard of all parts that were scored."""
        return Page(scorecard(self.plan, self.results))


def asked(found: Content) -> str:
    """A part before it is answered, in Markdown."""
    first, second = both(found.en, found.zh)
    lines = [f"> {first}", ">", f"> {second}", ""]
    if found.refers:
        lines += ["```", found.refers, "```", ""]
    if found.code:
        lines += ["```python", found.code, "```", ""]
    if found.table:
        head, *rows = ([str(value) for value in row] for row in found.table)
        lines += [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
        lines += [f"| {' | '.join(row)} |" for row in rows]
        lines += ["", translated("Numbers: {source}", source=found.source), ""]
    return "\n".join(lines)


def answered(found: Content) -> str:
    """A part after it was answered, in Markdown: model answer, points, red flags, follow-ups."""
    lines = [found.answer, ""]
    if found.answer_code:
        lines += ["```python", found.answer_code, "```", ""]
    lines += [translated("| point | axis |"), "|---|---|"]
    lines += [f"| {point.text} | {translated(AXES[point.axis])} |" for point in found.rubric]
    lines += ["", *("- " + translated("Red flag: {text}", text=flag) for flag in found.red_flags)]
    for follow in found.follow_ups:
        flag = translated("Red flag: {text}", text=follow.red_flag)
        asked = translated("Follow-up: {text}", text=follow.ask)
        lines += [f"- {asked} {follow.answer} {flag}"]
    return "\n".join(lines)
