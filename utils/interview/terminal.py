"""The mock interview and the review cards in a terminal, or line by line where there is none.

What is done is on disk before the next question is asked: Ctrl-C loses nothing.
"""

from __future__ import annotations

import io
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from utils import catalogue, files, progress
from utils.interview import answers, bank, cards, review, scores, session
from utils.interview.bank import AXES, NotPossible
from utils.interview.scores import Result
from utils.interview.session import Content, Part, Plan

STOPPED = 130  # what a shell calls an end by Ctrl-C


def folder() -> Path:
    """Where a learner's files lie, whichever folder the command runs in."""
    return _checks().parent


def _checks() -> Path:
    return progress.path() or progress.WORK / "progress.jsonl"


def _console() -> Console:
    # Over some connections a terminal cannot show Chinese: a question mark is better than an error.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return Console(markup=False, highlight=False, emoji=False)


def _show_code(console: Console, code: str) -> None:
    console.print(Text(f"\n{code}\n"), soft_wrap=True)


def _is_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


# ---- asking ---------------------------------------------------------------------------------


def ask(prompt: str, allowed: dict[str, Any] | None = None) -> Any:
    """One line of input; where answers are ``allowed``, what the letter stands for."""
    while True:
        line = input(prompt).strip()
        if not sys.stdin.isatty():
            print(line)
        if allowed is None:
            return line
        if line.lower() in allowed:
            return allowed[line.lower()]
        print(f"Please answer with one of: {', '.join(filter(None, allowed))}.")


@contextmanager
def clock(minutes: float) -> Iterator[None]:
    """Show on the line above the prompt how much time is left, until the prompt is answered."""
    if not _is_terminal():
        print(f"[{minutes:.0f} min]")
        yield
        return
    end, done = time.monotonic() + 60 * minutes, threading.Event()

    def show() -> None:
        pause = 0.05  # The prompt must stand before the line above it is looked for.
        while not done.wait(pause):
            left = round(end - time.monotonic())
            words = "time is up, over by " if left < 0 else "time left "
            clock = f"{words}{abs(left) // 60}:{abs(left) % 60:02}"
            # Save the cursor, write on the line above, put it back: typing is not disturbed.
            sys.stdout.write(f"\x1b7\x1b[A\r\x1b[2K{clock}\x1b8")
            sys.stdout.flush()
            pause = 1.0

    print()
    ticking = threading.Thread(target=show, daemon=True)
    ticking.start()
    try:
        yield
    finally:
        done.set()
        ticking.join()


# ---- an interview and its record ------------------------------------------------------------


class Interview:
    """An interview whose every step is appended to a file, and read back from it."""

    def __init__(self, file: Path, name: str, plan: Plan) -> None:
        self.file, self.name, self.plan = file, name, plan
        self.answers: dict[int, dict[str, Any]] = {}
        self.results: dict[int, Result] = {}
        self.finished = False

    @classmethod
    def begin(cls, file: Path, plan: Plan) -> Interview:
        """A new interview."""
        now = datetime.now().astimezone()
        interview = cls(file, f"{now:%Y-%m-%d_%H%M%S}_seed{plan.seed}", plan)
        interview.keep(start=asdict(plan))
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
        if "finished" in fields:
            self.finished = True
            return
        part = int(fields["part"])
        if not 0 <= part < len(self.plan.parts):
            return
        if "scores" in fields:
            self.results[part] = _result(fields)
        else:
            seconds = float(fields["seconds"])
            self.answers[part] = {"note": str(fields["note"]), "seconds": seconds}

    def keep(self, **fields: Any) -> None:
        """Append one step."""
        files.append(self.file, {"interview": self.name, **fields})

    def answered(self, part: int, note: str, seconds: float) -> None:
        """Keep that a part was answered; its scores are still to come."""
        self.keep(part=part, note=note, seconds=round(seconds, 1))
        self.answers[part] = {"note": note, "seconds": seconds}

    def scored(self, part: int, result: Result) -> None:
        """Keep the result of a part."""
        self.keep(part=part, **asdict(result))
        self.results[part] = result


def _plan(fields: dict[str, Any]) -> Plan:
    plan = Plan(**{**fields, "parts": tuple(Part(**part) for part in fields["parts"])})
    for part in plan.parts:
        session.content(part, plan.level)  # the course may have changed since
    return plan


def _result(fields: dict[str, Any]) -> Result:
    marked = fields.get("marked")
    if marked is not None:
        ordinary, edges, misconception = marked
        marked = (float(ordinary), float(edges), misconception)
    seconds = fields.get("seconds")
    return Result(
        tuple(map(float, fields["scores"])),
        tuple(map(bool, fields.get("flags", ()))),
        str(fields.get("note", "")),
        None if seconds is None else float(seconds),
        marked,
    )


def interview(
    level: str = "mid", topic: str | None = None, minutes: int = 45, seed: int | None = None
) -> int:
    """Hold an interview, or go on with the one that was left, and write its scorecard.

    Raises
    ------
    NotPossible
        When an argument is out of range, before anything is asked.
    """
    console = _console()
    drawn = session.draw(level, topic, minutes, secrets.randbelow(10_000) if seed is None else seed)
    file = folder() / "interviews.jsonl"
    going_on = Interview.resume(file, level, topic, minutes, seed)
    held = going_on or Interview.begin(file, drawn)
    try:
        _hold(console, held, bool(going_on))
    except (KeyboardInterrupt, EOFError):
        console.print()
        console.print(
            f"Saved: {len(held.results)} of {len(held.plan.parts)} parts are done. "
            "The same command goes on from here."
        )
        return STOPPED
    path = folder() / "interview" / f"{held.name}.md"
    text = scores.scorecard(held.plan, held.results, f"{held.name[:10]}, scored by the candidate.")
    files.replace(path, text)
    held.keep(finished=path.name)
    console.print(Markdown(text) if _is_terminal() else Text(text), soft_wrap=not _is_terminal())
    console.print(f"The scorecard is in {path}.", soft_wrap=True)
    return 0


def _hold(console: Console, held: Interview, again: bool) -> None:
    plan = held.plan
    console.rule()
    console.print(plan.title)
    if again:
        console.print(f"Going on after {len(held.results)} of {len(plan.parts)} parts.")
    else:
        console.print(
            "Answer aloud, as to a person. Ctrl-C stops and saves; the same command goes on. "
            "The scores are yours to give: nobody else sees them."
        )
    for number, part in enumerate(plan.parts):
        if number not in held.results:
            console.rule(f"Part {number + 1} of {len(plan.parts)}: {part.title}", align="left")
            _hold_part(console, held, number)


def _hold_part(console: Console, held: Interview, number: int) -> None:
    part = held.plan.parts[number]
    found = session.content(part, held.plan.level)
    console.print(Panel(Text(f"{found.zh}\n\n{found.en}")))
    if found.code:
        _show_code(console, found.code)
    if found.table:
        _show_table(console, found)
    book = _notebook(held, part)
    if part.kind == "code":
        answers.write_notebook(book, part)
        console.print(f"Write it in {book} and save the notebook.", soft_wrap=True)
    if number not in held.answers:
        start = time.monotonic()
        done = "Enter when it is saved " if part.kind == "code" else "Enter when you have answered "
        with clock(part.minutes):
            ask(done)
        seconds = time.monotonic() - start
        note = ask("A line to keep for yourself (Enter for none): ")
        held.answered(number, note, seconds)
    marked = _mark(console, book, part) if part.kind == "code" else None
    _show_answer(console, found)
    result = replace(_scores(found), marked=marked, **held.answers[number])
    held.scored(number, result)


def _notebook(held: Interview, part: Part) -> Path:
    return folder() / "interview" / f"{held.name}_{part.key.split('/')[-1]}.ipynb"


def _show_table(console: Console, found: Content) -> None:
    widths = [max(len(str(row[i])) for row in found.table) for i in range(len(found.table[0]))]
    for row in found.table:
        cells = (f"{value!s:>{width}}" for value, width in zip(row, widths, strict=True))
        console.print(Text("  " + "   ".join(cells)))
    console.print(Text(f"Numbers: {found.source}"))


def _mark(console: Console, book: Path, part: Part) -> tuple[float, float, str | None]:
    from utils.check import Feedback

    topic, name = part.key.split("/")
    try:
        answer = answers.read_answer(book, name)
    except NotPossible as problem:
        console.print(str(problem), soft_wrap=True)
        return scores.marked(None)
    mark = catalogue.load(topic)[name].mark(answer) if answer else None
    if mark is None or not mark.started:
        console.print(f"{name} is not written: no points for it.")
        return scores.marked(None)
    file = _checks()
    progress.record(topic, mark, file)
    console.print(Text(repr(Feedback(mark, progress.of_chapter(topic, progress.events(file))))))
    return scores.marked(mark)


def _show_answer(console: Console, found: Content) -> None:
    console.print(Panel(Text(found.answer), title="A good answer", title_align="left"))
    if found.answer_code:
        _show_code(console, found.answer_code)


def _scores(found: Content) -> Result:
    print("Did you? y yes, h half, n no.")
    points = tuple(ask(f"  [{AXES[p.axis]}] {p.text} ", scores.LETTERS) for p in found.rubric)
    flags: tuple[bool, ...] = ()
    if found.red_flags:
        print("Did you say this? It is a red flag. y yes, n no.")
        yes_or_no = {"y": True, "n": False}
        flags = tuple(ask(f"  {text} ", yes_or_no) for text in found.red_flags)
    for each in found.follow_ups:
        print(f"Follow-up to think about: {each}")
    return Result(points, flags)


# ---- review ---------------------------------------------------------------------------------

RATINGS = {"1": 1, "2": 2, "3": 3, "4": 4, "again": 1, "hard": 2, "good": 3, "easy": 4}


def review_due(
    topic: str | None = None,
    new: int = 10,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> int:
    """Ask the cards that are due today, and keep how well each was known.

    Parameters
    ----------
    new : int
        How many cards that were never seen may join in a day.
    now : callable
        The time of an answer.

    Raises
    ------
    NotPossible
        When there is no such topic, or ``new`` is negative.
    """
    console = _console()
    bank.known_topic(topic)
    if new < 0:
        raise NotPossible(f"{new} new cards a day? Give a number that is not negative.")
    file = folder() / "reviews.jsonl"
    checks = progress.events(_checks())
    deck = cards.cards(topic)
    due = review.due(deck, review.read(file), checks, now(), new)
    done = 0
    try:
        for done, card in enumerate(due):
            console.rule(f"{done + 1} of {len(due)}, {card.topic.replace('_', ' ')}", align="left")
            _review_one(console, file, card, now)
    except (KeyboardInterrupt, EOFError):
        console.print()
        console.print(f"Saved: {done} of {len(due)} cards are done, the others stay due.")
        return STOPPED
    when = review.next_due(deck, review.read(file), now())
    later = f" The next card is due on {when:%Y-%m-%d}." if when else ""
    n = len(due)
    console.print((f"Done: {n} card{'s' * (n != 1)}." if n else "Nothing is due today.") + later)
    return 0


def _review_one(
    console: Console, file: Path, card: cards.Flashcard, now: Callable[[], datetime]
) -> None:
    shown = cards.faces(card)
    console.print(Panel(Text(f"{shown.zh}\n\n{shown.en}")))
    if shown.code:
        _show_code(console, shown.code)
    ask("Enter to turn the card ")
    console.print(Panel(Text(shown.answer), title="Answer", title_align="left"))
    rating = ask("How well did you know it? 1 again, 2 hard, 3 good, 4 easy: ", RATINGS)
    review.keep(file, card, rating, now())
    if rating == 1:
        console.print(f"Practise {shown.practise}.")


def show_questions(level: str | None, topic: str | None, search: Sequence[str], full: bool) -> int:
    """Print the questions that match; with everything that belongs to them if one does."""
    console = _console()
    found = bank.find(level, topic, " ".join(search))
    if full or len(found) == 1:
        for each in found:
            console.print(Text(bank.as_text(each)))
    else:
        for each in found:
            console.print(Text(f"{each.level:<7}{each.topic}  {each.en}\n       {each.zh}"))
    n = len(found)
    console.print(f"{n} question{'s' * (n != 1)}" + ("." if n else ": ask with fewer words."))
    return 0
