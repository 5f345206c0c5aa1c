"""When a card is due: what was answered, replayed through the scheduler that Anki uses (FSRS).

Which new card comes next is decided by `ordered`; when it comes back, by FSRS. The day of an
interview bounds both: a card that FSRS would show after that day is shown once more shortly before.

Only answers are kept, one line each; the state of a card follows from them. A failed check is not
written a second time: the record of checks says which mistake it was, and that card is due.
"""

from __future__ import annotations

import math
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import fsrs

from utils import catalogue, files, progress
from utils.exercises.model import LEVELS
from utils.interview import bank
from utils.interview.bank import NotPossible
from utils.interview.cards import Flashcard, flaw_key
from utils.progress import Event
from utils.translation import language, message, translated

# Once a day is as often as we ask, so there are no steps of minutes; without fuzz a replay gives
# the same dates each time.
_SCHEDULER = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)

# On the last days before an interview cards come once more, and on the last two no new ones.
LAST_DAYS, WITHOUT_NEW = 3, 2
# How often a kind of card comes, and how many minutes one takes.
SHARES = {"question": 3.0, "decision": 1.5, "flaw": 2.5, "followup": 2.0}
MINUTES = {"question": 2.0, "decision": 3.0, "flaw": 1.5, "followup": 1.0}
# How many exercises a plan asks for in a day that has no mock interview.
N_EXERCISES = 3
NOTHING_WEAK: Mapping[str, float] = {}


@dataclass(frozen=True)
class Review:
    """One answer to a card: 1 again, 2 hard, 3 good, 4 easy."""

    card: str
    rating: int
    time: datetime


def keep(file: Path, card: Flashcard, rating: int, time: datetime) -> None:
    """Append how well a card was known."""
    line = {"time": time.isoformat(timespec="seconds"), "card": card.key, "rating": rating}
    files.append(file, line)


def read(file: Path) -> list[Review]:
    """What was answered, oldest first; damaged lines are passed over."""
    found = [review for fields in files.read(file) if (review := _review(fields))]
    return sorted(found, key=lambda review: review.time)


def _review(fields: dict[str, object]) -> Review | None:
    card, rating, time = fields.get("card"), fields.get("rating"), _time(fields.get("time"))
    if isinstance(card, str) and rating in (1, 2, 3, 4) and time:
        return Review(card, int(str(rating)), time)
    return None


def _time(text: object) -> datetime | None:
    try:
        time = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return time if time.tzinfo else None


def _day(time: datetime) -> date:
    """The local day of a time."""
    return time.astimezone().date()


def states(reviews: Iterable[Review]) -> dict[str, fsrs.Card]:
    """What the scheduler knows of each card that was seen."""
    found: dict[str, fsrs.Card] = {}
    for review in reviews:
        card = found.get(review.card) or fsrs.Card(card_id=1, due=review.time)
        found[review.card], _ = _SCHEDULER.review_card(
            card, fsrs.Rating(review.rating), review.time
        )
    return found


def failed(checks: Iterable[Event]) -> dict[str, datetime]:
    """When each mistake was last made in a check, by the key of its card."""
    found: dict[str, datetime] = {}
    for event in checks:
        time = _time(event.time)
        if event.misconception and time:
            key = flaw_key(event.topic, event.exercise, event.misconception)
            found[key] = max(time, found.get(key, time))
    return found


def ordered(
    cards: Iterable[Flashcard],
    level: str | None = None,
    weak: Mapping[str, float] = NOTHING_WEAK,
) -> list[Flashcard]:
    """Cards in the order in which they are first asked, chapters and kinds interleaved.

    Parameters
    ----------
    level : {"junior", "mid", "senior"}, optional
        Cards one level away come later, and two levels away last.
    weak : mapping of str to float
        By topic, how much went wrong there: 1 doubles how often the topic comes.
    """
    queues: dict[tuple[str, str], list[Flashcard]] = {}
    for card in cards:
        queues.setdefault((card.topic, card.kind), []).append(card)
    placed = []
    for (topic, kind), queue in queues.items():
        # The main question first; then nearest in level; then one card of each exercise in turn.
        turn: Counter[str] = Counter()
        keys = {}
        for card in queue:
            exercise = card.key.rsplit("/", 1)[0]
            keys[card] = (not card.main, _steps(card, level), turn[exercise], _dice(card.key))
            turn[exercise] += 1
        queue.sort(key=lambda card: keys[card])
        share = SHARES[kind] * (1 + weak.get(topic, 0.0))
        start = _dice(f"{topic}/{kind}")
        for n, card in enumerate(queue):
            # The time at which a queue of this share serves its card number n.
            late = 1 + 2 * _steps(card, level)
            placed.append(((n + start) * late / share, card.key, card))
    return [card for *_, card in sorted(placed, key=lambda each: each[:2])]


def _steps(card: Flashcard, level: str | None) -> int:
    if level is None or card.main:
        return 0
    return abs(LEVELS.index(card.level) - LEVELS.index(level))


def _dice(text: str) -> float:
    """A number from 0 to 1 that looks random and is the same every time."""
    return zlib.crc32(text.encode()) / 2**32


def weakness(
    cards: Iterable[Flashcard],
    reviews: Iterable[Review],
    checks: Iterable[Event],
    lost: Mapping[str, float] = NOTHING_WEAK,
) -> dict[str, float]:
    """By topic, how much went wrong: failed checks, cards not known, points lost in interviews.

    Parameters
    ----------
    lost : mapping of str to float
        By topic, the share of points that was lost in interviews.
    """
    topic = {card.key: card.topic for card in cards}
    latest = {review.card: review.rating for review in reviews}
    wrong = Counter(topic[key] for key, rating in latest.items() if rating == 1 and key in topic)
    passed: dict[tuple[str, str], bool] = {}
    for event in checks:
        passed[event.topic, event.exercise] = event.points >= event.max_points
    wrong.update(name for (name, _), fine in passed.items() if not fine)
    found = {name: min(1.5, n / 2) for name, n in wrong.items()}
    for name, share in lost.items():
        found[name] = found.get(name, 0.0) + 1.5 * share
    return found


def due(
    cards: Sequence[Flashcard],
    reviews: Sequence[Review],
    checks: Iterable[Event],
    now: datetime,
    new: int = 10,
    interview: date | None = None,
) -> list[Flashcard]:
    """The cards to ask today: mistakes just made, what is due, a last look, and new ones.

    Parameters
    ----------
    cards : sequence of Flashcard
        In the order in which they should be asked for the first time.
    reviews : sequence of Review
        All that was ever answered, oldest first.
    checks : iterable of Event
        The record of checks. A mistake made after its card was last seen makes the card due.
    now : datetime
        With a time zone; the day that counts is the local one.
    new : int
        How many cards may be seen for the first time in a day.
    interview : date, optional
        The day of the interview, which bounds when cards come.
    """
    known, mistakes = states(reviews), failed(checks)
    today = _day(now)
    made = [c for c in cards if c.key in mistakes and _unseen_since(known, c, mistakes[c.key])]
    old = [c for c in cards if c.key in known and _day(known[c.key].due) <= today]
    old.sort(key=lambda card: known[card.key].due)
    last = []
    if interview and 1 <= (interview - today).days <= LAST_DAYS:
        # Shared out as of this morning: what is answered today brings no more cards today.
        morning = states(r for r in reviews if _day(r.time) < today)
        looks = _last_looks(cards, morning, today, interview)
        last = [card for card in looks if known[card.key] == morning[card.key]]
    first = {review.card: review.time for review in reversed(reviews)}
    begun = sum(_day(time) == today for time in first.values())
    if interview and (interview - today).days <= WITHOUT_NEW:
        new = 0
    fresh = [c for c in cards if c.key not in known and c not in made][: max(0, new - begun)]
    return list(dict.fromkeys([*made, *old, *last, *fresh]))


def _last_looks(
    cards: Sequence[Flashcard], morning: Mapping[str, fsrs.Card], today: date, interview: date
) -> list[Flashcard]:
    """The cards that get their last look today, as of this morning.

    A card that FSRS would show after the interview is owed one. What comes until then is shared
    out among the days that are left, so that no day holds much more than another.
    """
    begin, n_days = interview - timedelta(days=LAST_DAYS), (interview - today).days
    seen = [(card, morning[card.key]) for card in cards if card.key in morning]
    days = [_day(state.due) for _, state in seen]
    owed = [
        card
        for card, state in seen
        if _day(state.due) >= interview and state.last_review and _day(state.last_review) < begin
    ]
    n_now = sum(day <= today for day in days)
    n_later = sum(today < day < interview for day in days)
    share = math.ceil((n_now + n_later + len(owed)) / n_days) - n_now
    return owed[: max(0, share)]


def _unseen_since(known: dict[str, fsrs.Card], card: Flashcard, time: datetime) -> bool:
    state = known.get(card.key)
    return state is None or state.last_review is None or state.last_review < time


def next_due(
    cards: Sequence[Flashcard], reviews: Iterable[Review], now: datetime
) -> datetime | None:
    """When the next of the cards that were seen is due, after today."""
    known = states(reviews)
    times = [known[c.key].due.astimezone() for c in cards if c.key in known]
    return min((t for t in times if t.date() > _day(now)), default=None)


# ---- a date and a plan ----------------------------------------------------------------------


def day_of(text: str | None, today: date) -> date | None:
    """The day of an interview, as in ``2026-12-12``.

    Raises
    ------
    NotPossible
        When the text is no date, or the day is not after today.
    """
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        said = translated("{text} is no date: write it as in 2026-12-12.", text=text)
        raise NotPossible(said) from None
    if day <= today:
        said = message("{day} is not after today, {today}: give the day of the interview.")
        raise NotPossible(translated(said, day=day, today=today))
    return day


@dataclass(frozen=True)
class Day:
    """What one day holds, if every card is answered and known well."""

    date: date
    new: tuple[Flashcard, ...]
    again: tuple[Flashcard, ...]

    @property
    def minutes(self) -> float:
        """About how long the cards take."""
        return sum(MINUTES[card.kind] for card in (*self.new, *self.again))


def plan(
    cards: Sequence[Flashcard],
    reviews: Sequence[Review],
    checks: Iterable[Event],
    now: datetime,
    new: int = 10,
    interview: date | None = None,
) -> list[Day]:
    """What each day holds until the interview, or for a week; the parameters are those of `due`."""
    checks, known, found = list(checks), list(reviews), []
    n_days = (interview - _day(now)).days if interview else 7
    for n in range(n_days):
        then = now + timedelta(days=n)
        seen = {review.card for review in known}
        asked = due(cards, known, checks, then, new, interview)
        fresh = tuple(card for card in asked if card.key not in seen)
        found.append(Day(_day(then), fresh, tuple(c for c in asked if c.key in seen)))
        known += [Review(card.key, 3, then) for card in asked]
    return found


def unsolved(level: str, checks: Iterable[Event]) -> list[str]:
    """The exercises of a level that earned less than full marks so far, in the course's order."""
    most = progress.best(checks)
    return [
        name
        for topic in catalogue.topics()
        for name, task in catalogue.load(topic).items()
        if task.level == level and most.get((topic, name), 0.0) < task.points
    ]


def plan_lines(days: Sequence[Day], level: str, left: Sequence[str]) -> Iterator[str]:
    """A plan in words: two lines a day, the second with what leads and what to do besides.

    On every other day that is a mock interview, else the next of the exercises that are ``left``.
    """
    for n, day in enumerate(days):
        topics = Counter(bank.title(card.topic) for card in (*day.new, *day.again))
        leading = translated("; ").join(name for name, _ in topics.most_common(3))
        lead = leading or translated("nothing is due")
        begin = n // 2 * N_EXERCISES
        if names := left[begin : begin + N_EXERCISES] if n % 2 else ():
            what = translated("write {names}", names=translated(", ").join(names))
        else:
            what = translated("read again what you missed") if n % 2 else _interview(level)
        besides = translated("besides: {what}", what=what)
        yield translated(
            "{date}  {new} new {again} again {minutes} min",
            date=f"{day.date:%a %d %b}" if language() == "en" else f"{day.date:%m-%d}",
            new=f"{len(day.new):>3}",
            again=f"{len(day.again):>3}",
            minutes=f"{day.minutes:>4.0f}",
        )
        yield f"            {lead}{translated('; ')}{besides}"


def _interview(level: str) -> str:
    return f"course interview --level {level}"
