"""The mock interview and the review cards in a terminal, or line by line where there is none.

What is done is on disk before the next question is asked: Ctrl-C loses nothing.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from rich.console import Console, ConsoleOptions, detect_legacy_windows
from rich.markdown import Markdown
from rich.panel import Panel
from rich.text import Text

from utils import catalogue, files, output, progress
from utils.interview import answers, bank, cards, history, record, review, scores, session
from utils.interview.bank import AXES, NotPossible
from utils.interview.record import Interview
from utils.interview.scores import Result
from utils.interview.session import Content, Part
from utils.translation import both, language, message, speaking, translated

STOPPED = 130  # what a shell calls an end by Ctrl-C


def folder() -> Path:
    """Where a learner's files lie, whichever folder the command runs in."""
    return _checks().parent


def _checks() -> Path:
    return progress.path() or progress.WORK / "progress.jsonl"


@dataclass(frozen=True)
class Prose:
    """Text of any language: rich alone takes a run of Chinese for one word, and moves it whole."""

    text: str

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        """Its lines, broken to fit."""
        lines = self.text.split("\n")
        if output.cells(self.text) > len(self.text):
            lines = [part for line in lines for part in output.lines(line, options.max_width)]
        yield Text("\n".join(lines))


def _console() -> Console:
    output.prepare()
    return Console(markup=False, highlight=False, emoji=False)


def _show_code(console: Console, code: str) -> None:
    console.print(Text(f"\n{code}\n"), soft_wrap=True)


def _is_terminal() -> bool:
    """Whether a person sits there, at a terminal whose cursor can be moved."""
    # An old Windows console shows the commands to the cursor as letters.
    known = os.environ.get("TERM") != "dumb" and not detect_legacy_windows()
    return sys.stdin.isatty() and sys.stdout.isatty() and known


def _from_here(path: Path) -> str:
    """A path as one types it where the command runs, which is where JupyterLab shows it."""
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


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
        names = ", ".join(filter(None, allowed))
        print(translated("Please answer with one of: {names}.", names=names))


@contextmanager
def clock(minutes: float) -> Iterator[None]:
    """Show on the line above the prompt how much time is left, until the prompt is answered."""
    if not _is_terminal():
        print(translated("[{n} min]", n=f"{minutes:.0f}"))
        yield
        return
    end, done = time.monotonic() + 60 * minutes, threading.Event()

    over, remaining = translated("time is up, over by "), translated("time left ")

    def show() -> None:
        pause = 0.05  # The prompt must stand before the line above it is looked for.
        while not done.wait(pause):
            left = round(end - time.monotonic())
            words = over if left < 0 else remaining
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


# ---- an interview -------------------------------------------------------------------------


def interview(
    level: str = "mid",
    topic: str | None = None,
    minutes: int = 45,
    seed: int | None = None,
    in_full: bool = False,
    spoken: str | None = None,
) -> int:
    """Hold an interview, or go on with the one that was left, and write its scorecard.

    Parameters
    ----------
    in_full : bool
        Ask for the words of each answer, and write a transcript. One that began so goes on so.
    spoken : str, optional
        The language, as in ``en``; without it one that was left goes on in its own.

    Raises
    ------
    NotPossible
        When an argument is out of range, before anything is asked.
    """
    console = _console()
    level = bank.as_level(level)
    file = folder() / "interviews.jsonl"
    held = going_on = Interview.resume(file, level, topic, minutes, seed)
    if held is None:
        # A seed asks for a certain interview; without one, what was not asked yet comes first.
        seen = record.seen(Interview.read(file)) if seed is None else {}
        seed = secrets.randbelow(10_000) if seed is None else seed
        held = Interview.begin(file, session.draw(level, topic, minutes, seed, seen), in_full)
    in_full = in_full or held.in_full
    with speaking(spoken or held.language or language()):
        return _held_to_the_end(console, held, going_on is not None, in_full)


def _held_to_the_end(console: Console, held: Interview, again: bool, in_full: bool) -> int:
    try:
        _hold(console, held, again, in_full)
    except (KeyboardInterrupt, EOFError):
        console.print()
        console.print(
            translated(
                "Saved: {n} of {total} parts are done. The same command goes on from here.",
                n=len(held.results),
                total=len(held.plan.parts),
            )
        )
        _transcribe(console, held, in_full)
        return STOPPED
    path = folder() / "interview" / f"{held.name}.md"
    text = scores.scorecard(
        held.plan,
        held.results,
        translated("{date}, scored by the candidate.", date=held.name[:10]),
    )
    files.replace(path, text)
    held.keep(finished=path.name)
    console.print(Markdown(text) if _is_terminal() else Text(text), soft_wrap=not _is_terminal())
    console.print(translated("The scorecard is in {file}.", file=_from_here(path)), soft_wrap=True)
    _transcribe(console, held, in_full)
    return 0


def _transcribe(console: Console, held: Interview, in_full: bool) -> None:
    if in_full:
        path = folder() / "interview" / f"{held.name}_transcript.md"
        files.replace(path, record.transcript(held, path.parent))
        said = translated("The transcript is in {file}.", file=_from_here(path))
        console.print(said, soft_wrap=True)


def _hold(console: Console, held: Interview, again: bool, in_full: bool) -> None:
    plan = held.plan
    console.rule()
    console.print(plan.title)
    if again:
        done = {"n": len(held.results), "total": len(plan.parts)}
        console.print(translated("Going on after {n} of {total} parts.", **done))
    else:
        said = message(
            "Answer aloud, as to a person. Ctrl-C stops and saves; the same command goes on. "
            "The scores are yours to give: nobody else sees them."
        )
        console.print(Prose(translated(said)))
    for number, part in enumerate(plan.parts):
        if number not in held.results:
            head = translated(
                "Part {n} of {total}: {title}",
                n=number + 1,
                total=len(plan.parts),
                title=part.title,
            )
            console.rule(head, align="left")
            _hold_part(console, held, number, in_full)


def _hold_part(console: Console, held: Interview, number: int, in_full: bool) -> None:
    part = held.plan.parts[number]
    found = session.content(part, held.plan.level)
    console.print(Panel(Prose("\n\n".join(both(found.en, found.zh)))))
    if found.refers:
        console.print(translated("What it refers to:"))
        _show_code(console, found.refers)
    if found.code:
        _show_code(console, found.code)
    if found.table:
        _show_table(console, found)
    book = record.notebook(folder() / "interview", held, part)
    if part.kind == "code":
        answers.write_notebook(book, part)
        console.print(translated("Write it in this notebook, and save it:"))
        console.print(_from_here(book), soft_wrap=True)
    if number not in held.seconds:
        start = time.monotonic()
        with clock(part.minutes):
            typed = _written(book, part) if part.kind == "code" else _answered()
        held.keep(part=number, seconds=round(time.monotonic() - start, 1))
        if typed:  # The answer was begun at once.
            held.keep(part=number, said=typed)
    if number not in held.complete:
        _listen(held, number, in_full)
    if part.kind == "code" and number not in held.marks:
        held.keep(part=number, marked=_mark(console, book, part))
    _show_answer(console, found)
    points, flags = _scores(console, held, number, found)
    held.scored(
        number,
        Result(points, flags, held.note(number), held.seconds[number], held.marks.get(number)),
    )


def _answered() -> str:
    return ask(translated("Enter when you have answered "))


def _written(book: Path, part: Part) -> str:
    """What is typed once the notebook is saved; asked again where nothing is written in it."""
    typed = ask(translated("Enter when it is saved "))
    if not typed and sys.stdin.isatty() and answers.is_as_given(book, part):
        said = message("Nothing is written in it yet. Enter when it is saved, or to leave it out ")
        typed = ask(translated(said))
    return typed


def _listen(held: Interview, number: int, in_full: bool) -> None:
    """Keep what the candidate writes down: a line, or all that was said."""
    if not in_full:
        held.keep(
            part=number, note=ask(translated("A line to keep for yourself (Enter for none): "))
        )
        return
    print(translated("Your answer in your words, for the transcript. An empty line ends it."))
    while line := ask("> "):
        held.keep(part=number, said=line)
    held.keep(part=number, note="")


def _show_table(console: Console, found: Content) -> None:
    rows = cards.as_rows(found.table).splitlines()
    if max(map(len, rows)) + 2 <= console.width:
        console.print(Text("\n".join(f"  {row}" for row in rows)))
    else:  # A row a block, for what is wider than the terminal.
        head, *body = found.table
        for row in body:
            pairs = (f"{name}: {value}" for name, value in zip(head, row, strict=True))
            console.print(Prose("  " + ", ".join(pairs)))
    console.print(Prose(translated("Numbers: {source}", source=found.source)))


def _mark(console: Console, book: Path, part: Part) -> scores.Marked:
    from utils.check import Feedback

    topic, name = part.key.split("/")
    try:
        answer = answers.read_answer(book, name)
    except NotPossible as problem:
        console.print(str(problem), soft_wrap=True)
        return scores.marked(None)
    mark = catalogue.load(topic)[name].mark(answer) if answer else None
    if mark is None or not mark.started:
        console.print(translated("{name} is not written: no points for it.", name=name))
        return scores.marked(None)
    file = _checks()
    progress.record(topic, mark, file)
    card = Feedback(mark, progress.of_chapter(topic, progress.events(file)))
    # A call that is to be pasted stays in one line.
    console.print(Text(repr(card)), soft_wrap=True)
    return scores.marked(mark)


def _show_answer(console: Console, found: Content) -> None:
    console.print(Panel(Prose(found.answer), title=translated("A good answer"), title_align="left"))
    if found.answer_code:
        _show_code(console, found.answer_code)


def _scores(
    console: Console, held: Interview, number: int, found: Content
) -> tuple[tuple[float, ...], tuple[bool, ...]]:
    """The candidate's own scores, each kept as it is given: points first, then red flags."""
    given = held.given.setdefault(number, [])
    n_points = len(found.rubric)
    if len(given) < n_points:
        console.print(translated("Did you? y yes, h half, n no."))
    for point in found.rubric[len(given) :]:
        console.print(Prose(f"  [{translated(AXES[point.axis])}] {point.text}"))
        held.keep(part=number, given=ask("  [y/h/n] ", scores.LETTERS))
    if found.red_flags and len(given) < n_points + len(found.red_flags):
        console.print(translated("Did you say this? It is a red flag. y yes, n no."))
    for flag in found.red_flags[len(given) - n_points :]:
        console.print(Prose(f"  {flag}"))
        held.keep(part=number, given=ask("  [y/n] ", {"y": 1.0, "n": 0.0}))
    for follow in found.follow_ups:
        asked = translated("Follow-up: {text}", text=follow.ask)
        console.print(Prose(asked))
        if typed := _answered():
            held.keep(part=number, said=f"{asked} {typed}")
        flag = translated("Red flag: {text}", text=follow.red_flag)
        console.print(Prose("  " + translated("In short: {text}", text=follow.answer) + f" {flag}"))
    return tuple(given[:n_points]), tuple(score == 1 for score in given[n_points:])


# ---- review ---------------------------------------------------------------------------------

RATINGS = {"1": 1, "2": 2, "3": 3, "4": 4, "again": 1, "hard": 2, "good": 3, "easy": 4}


def review_due(
    topic: str | None = None,
    new: int = 10,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    *,
    level: str | None = None,
    interview_on: str | None = None,
    only_plan: bool = False,
) -> int:
    """Ask the cards that are due today, and keep how well each was known.

    Parameters
    ----------
    new : int
        How many cards that were never seen may join in a day.
    now : callable
        The time of an answer.
    level : str, optional
        Cards of this level come first.
    interview_on : str, optional
        The day of the interview, as in 2026-12-12.
    only_plan : bool
        Print what each day holds and ask nothing.

    Raises
    ------
    NotPossible
        When there is no such topic or level, ``new`` is negative, or the day is not after today.
    """
    console = _console()
    bank.known_topic(topic)
    level = bank.as_level(level)
    bank.known_level(level)
    if new < 0:
        said = message("{n} new cards a day? Give a number that is not negative.")
        raise NotPossible(translated(said, n=new))
    interview = review.day_of(interview_on, now().astimezone().date())
    file = folder() / "reviews.jsonl"
    checks, reviews = progress.events(_checks()), review.read(file)
    everything = cards.cards(topic)
    lost = history.lost(Interview.read(folder() / "interviews.jsonl"))
    weak = review.weakness(everything, reviews, checks, lost)
    deck = review.ordered(everything, level, weak)
    if only_plan:
        days = review.plan(deck, reviews, checks, now(), new, interview)
        level = level or "mid"
        _show_plan(console, days, level, review.unsolved(level, checks), interview)
        return 0
    due = review.due(deck, reviews, checks, now(), new, interview)
    done = 0
    try:
        for done, card in enumerate(due):
            count = translated("{n} of {total}", n=done + 1, total=len(due))
            console.rule(f"{count}, {bank.title(card.topic)}", align="left")
            _review_one(console, file, card, now)
    except (KeyboardInterrupt, EOFError):
        console.print()
        said = message("Saved: {n} of {total} cards are done, the others stay due.")
        console.print(translated(said, n=done, total=len(due)))
        return STOPPED
    when = review.next_due(deck, review.read(file), now())
    n = len(due)
    if n == 1:
        said = translated("Done: 1 card.")
    else:
        said = translated("Done: {n} cards.", n=n) if n else translated("Nothing is due today.")
    if when:
        said += translated(" The next card is due on {date}.", date=f"{when:%Y-%m-%d}")
    console.print(said)
    return 0


def _show_plan(
    console: Console,
    days: Sequence[review.Day],
    level: str,
    unsolved: Sequence[str],
    interview: date | None,
) -> None:
    for line in review.plan_lines(days, level, unsolved):
        console.print(Prose(line))
    total = sum(len(day.new) for day in days)
    said = message("{n} new cards in {days} days, if you know each card when it comes.")
    console.print(Prose(translated(said, n=total, days=len(days))))
    if interview:
        console.print(
            translated(
                "Interview on {date}: you see every card that you have begun once more in the last "
                "days before it.",
                date=f"{interview:%A, %d %B %Y}" if language() == "en" else interview,
            )
        )


def _review_one(
    console: Console, file: Path, card: cards.Flashcard, now: Callable[[], datetime]
) -> None:
    shown = cards.faces(card)
    console.print(Panel(Prose("\n\n".join(both(shown.en, shown.zh)))))
    if shown.code:
        _show_code(console, shown.code)
    ask(translated("Enter to turn the card "))
    console.print(Panel(Prose(shown.answer), title=translated("Answer"), title_align="left"))
    rating = ask(translated("How well did you know it? 1 again, 2 hard, 3 good, 4 easy: "), RATINGS)
    review.keep(file, card, rating, now())
    if rating == 1:
        console.print(translated("Practise {what}.", what=shown.practise))


def show_questions(level: str | None, topic: str | None, search: Sequence[str], full: bool) -> int:
    """Print the questions that match; with everything that belongs to them if one does."""
    console = _console()
    found = bank.find(bank.as_level(level), topic, " ".join(search))
    if full or len(found) == 1:
        for each in found:
            console.print(Prose(bank.as_text(each)))
    else:
        for each in found:
            first, second = both(each.en, each.zh)
            level = translated(each.level)
            gap = " " * max(1, 7 - output.cells(level))
            console.print(Prose(f"{level}{gap}{each.topic}  {first}\n       {second}"))
    n = len(found)
    if n:
        said = translated("1 question.") if n == 1 else translated("{n} questions.", n=n)
    elif len(search) > 1:
        said = translated("0 questions: ask with fewer words.")
    else:
        said = translated("0 questions: try another word, level or topic.")
    console.print(said)
    if topic == "foundations":
        console.print(translated(bank.NOT_OURS))
    return 0
