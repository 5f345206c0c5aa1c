"""When a card is due: what was answered, replayed through the scheduler that Anki uses (FSRS).

Only answers are kept, one line each; the state of a card follows from them. A failed check is not
written a second time: the record of checks says which mistake it was, and that card is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import fsrs

from utils import files
from utils.interview.cards import Flashcard, flaw_key
from utils.progress import Event

# Once a day is as often as we ask, so there are no steps of minutes; without fuzz a replay gives
# the same dates each time.
_SCHEDULER = fsrs.Scheduler(learning_steps=(), relearning_steps=(), enable_fuzzing=False)


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


def due(
    cards: Sequence[Flashcard],
    reviews: Sequence[Review],
    checks: Iterable[Event],
    now: datetime,
    new: int = 10,
) -> list[Flashcard]:
    """The cards to ask today: mistakes just made, then what is due, then new ones.

    Parameters
    ----------
    reviews : sequence of Review
        All that was ever answered, oldest first.
    checks : iterable of Event
        The record of checks. A mistake made after its card was last seen makes the card due.
    now : datetime
        With a time zone; the day that counts is the local one.
    new : int
        How many cards may be seen for the first time in a day.
    """
    known, mistakes = states(reviews), failed(checks)
    today = now.astimezone().date()
    made = [c for c in cards if c.key in mistakes and _unseen_since(known, c, mistakes[c.key])]
    old = [c for c in cards if c.key in known and known[c.key].due.astimezone().date() <= today]
    old.sort(key=lambda card: known[card.key].due)
    first = {review.card: review.time for review in reversed(reviews)}
    begun = sum(time.astimezone().date() == today for time in first.values())
    fresh = [c for c in cards if c.key not in known and c not in made][: max(0, new - begun)]
    return [*made, *(card for card in old if card not in made), *fresh]


def _unseen_since(known: dict[str, fsrs.Card], card: Flashcard, time: datetime) -> bool:
    state = known.get(card.key)
    return state is None or state.last_review is None or state.last_review < time


def next_due(
    cards: Sequence[Flashcard], reviews: Iterable[Review], now: datetime
) -> datetime | None:
    """When the next of the cards that were seen is due, after today."""
    known = states(reviews)
    times = [known[c.key].due.astimezone() for c in cards if c.key in known]
    return min((t for t in times if t.date() > now.astimezone().date()), default=None)
