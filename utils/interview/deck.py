"""The review cards as a package for Anki."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path

import genanki

from utils import catalogue, output, progress
from utils.interview import bank, cards
from utils.interview.bank import NotPossible
from utils.pages import code_spans
from utils.translation import both, message, translated

NAME = "user_value.apkg"

# Anki knows a note type and a deck by these numbers, and a note by its guid: importing a newer
# package then updates cards and keeps what somebody has learned. They must never change.
_MODEL_ID, _DECK_ID = 1_607_392_319, 2_059_400_110
_FIELDS = ("Key", "English", "Chinese", "Code", "Answer", "Practise")
_QUESTION = "<div lang=en>{{English}}</div>", "<div lang=zh>{{Chinese}}</div>"
_BACK = "{{FrontSide}}<hr id=answer>{{Answer}}<p class=practise>{{Practise}}</p>"
_CSS = (
    ".card { font-family: sans-serif; max-width: 44em; margin: auto; line-height: 1.5 }"
    "pre { text-align: left; white-space: pre-wrap } .prose { white-space: pre-line }"
    ".practise { opacity: .7 }"
)


def write(
    path: Path, topic: str | None = None, watch: Callable[[int, int], None] = lambda *_: None
) -> int:
    """Write the cards of the course, or of one topic, and return how many there are.

    The file is written whole or not at all. ``watch`` is told after each card how many are done,
    and of how many.

    Raises
    ------
    NotPossible
        When there is no such topic, or ``path`` is a folder.
    """
    bank.known_topic(topic)
    if path.is_dir():
        said = message("{folder} is a folder: give the name of a file, as in {file}.")
        raise NotPossible(translated(said, folder=path, file=path / NAME))
    model = genanki.Model(
        _MODEL_ID,
        "What is a user worth?",
        fields=[{"name": name} for name in _FIELDS],
        templates=[{"name": "Card", "qfmt": "".join(both(*_QUESTION)) + "{{Code}}", "afmt": _BACK}],
        css=_CSS,
    )
    deck = genanki.Deck(_DECK_ID, "What is a user worth?")
    found = cards.cards(topic)
    for n, card in enumerate(found, 1):
        deck.add_note(_note(model, card))
        watch(n, len(found))
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        genanki.Package(deck).write_to_file(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return len(found)


def write_and_say(path: Path | None, topic: str | None = None) -> int:
    """Write the package, to the learner's folder by default, and print where it is."""
    path = path or progress.WORK / NAME
    n = write(path, topic, _show if sys.stderr.isatty() else lambda *_: None)
    print(translated("{n} cards in {file}: import it into Anki.", n=n, file=path))
    return 0


def _show(done: int, of: int) -> None:
    if done % 10 == 0 or done == of:
        bar = output.bar(done, of, 30, sys.stderr)
        end = "\n" if done == of else ""
        said = translated("{n} of {total} cards", n=done, total=of)
        sys.stderr.write(f"\r{bar} {said}{end}")
        sys.stderr.flush()


def _note(model: genanki.Model, card: cards.Flashcard) -> genanki.Note:
    shown = cards.faces(card)
    code = f"<pre>{escape(shown.code)}</pre>" if shown.code else ""
    # The answer to a wrong answer sets a call and two values one below the other.
    is_code = card.kind == "flaw" and "\n" in shown.answer
    answer = f"<pre>{escape(shown.answer)}</pre>" if is_code else _prose(shown.answer)
    fields = [card.key, _prose(shown.en), _prose(shown.zh), code, answer, _prose(shown.practise)]
    stem = card.topic if card.topic in bank.SECTIONS else catalogue.chapter(card.topic).stem
    return genanki.Note(
        model=model,
        fields=fields,
        guid=genanki.guid_for("user-value-course", card.key),
        tags=[stem, card.key.split("/")[0]],
    )


def _prose(text: str) -> str:
    """Sentences, each line a line, with code where they have backticks."""
    said = str(code_spans(text))
    return f"<div class=prose>{said}</div>" if "\n" in text else said
