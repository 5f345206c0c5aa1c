"""What the course says, in the language of whoever reads it.

English is the source and stands in the code and in the notebooks; other languages are gettext
catalogues in ``locale/``, one for what is said everywhere (``interface``), one a topic, and one for
the questions of each. What has no translation, or one of an older sentence, is said in English.
"""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from utils import catalogue

INTERFACE = "interface"
# The languages by the name that a person gives, and their folders.
FOLDERS = {"en": "", "zh": "zh_CN"}
VARIABLE = "COURSE_LANGUAGE"
# An edition for a class is in one language, which this file names.
LANGUAGE = catalogue.ROOT / "language"
WORK = Path(os.environ.get("COURSE_WORK", catalogue.ROOT / "work")).resolve()


def language() -> str:
    """The language that is spoken: what was chosen, else that of the notebook's folder.

    A notebook in ``work/zh`` or ``notebooks/zh`` speaks Chinese, whatever it was opened with.
    """
    chosen = os.environ.get(VARIABLE)
    if chosen in FOLDERS:
        return chosen
    try:
        return _of_folder(os.getcwd())
    except FileNotFoundError:
        # The folder was deleted.
        return "en"


@functools.lru_cache(maxsize=8)
def _of_folder(folder: str) -> str:
    here = Path(folder)
    for place in (catalogue.NOTEBOOKS, WORK):
        if here.is_relative_to(place) and here != place:
            name = here.relative_to(place).parts[0]
            if name in FOLDERS:
                return name
    return _written(LANGUAGE)


def remembered() -> str:
    """The language in which the course was last opened; English where it never was."""
    return _written(WORK / ".language")


def _written(file: Path) -> str:
    """The language that a file names; English where there is no such file, or no such language."""
    try:
        chosen = file.read_text("utf-8").strip()
    except OSError:
        return "en"
    return chosen if chosen in FOLDERS else "en"


def use(chosen: str) -> None:
    """Speak a language from now on, here and in the processes started from here."""
    os.environ[VARIABLE] = chosen


@contextlib.contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = os.environ.get(VARIABLE)
    use(chosen)
    try:
        yield
    finally:
        if before is None:
            os.environ.pop(VARIABLE, None)
        else:
            use(before)


def file(name: str, chosen: str) -> Path:
    """The catalogue of a topic, of its questions, or of the interface."""
    return catalogue.ROOT / "locale" / FOLDERS[chosen] / "LC_MESSAGES" / f"{name}.po"


def translated(text: str, /, **values: Any) -> str:
    """A sentence of the interface, with values in the place of its names in braces.

    Examples
    --------
    >>> translated("{n} of {total} properties hold", n=3, total=4)
    '3 of 4 properties hold'
    """
    said = of(INTERFACE, "", text)
    return said.format(**values) if values else said


def message(text: str) -> str:
    """A text that is said later: marked here for the catalogue, translated where it is used."""
    return text


def joined(*sentences: str) -> str:
    """Sentences one after the other: with a space between them, where the language has one."""
    return (" " if language() == "en" else "").join(sentences)


def both(english: str, chinese: str) -> tuple[str, str]:
    """A text that is written in two languages, that of the reader first."""
    return (english, chinese) if language() == "en" else (chinese, english)


def ended(sentence: str) -> str:
    """A sentence with a full stop, where it has no end yet.

    Examples
    --------
    >>> ended("three of four"), ended("is a bracket missing?")
    ('three of four.', 'is a bracket missing?')
    """
    if sentence.endswith(("?", "？")):
        return sentence
    return sentence.rstrip(".。") + translated(".")


def listed(words: Iterable[str]) -> str:
    """Words as a sentence lists them.

    Examples
    --------
    >>> listed(["day", "place", "product"]), listed(["day"])
    ('day, place and product', 'day')
    """
    *most, last = words
    return translated(" and ").join([translated(", ").join(most), last] if most else [last])


def first_of(words: Sequence[str], most: int) -> str:
    """The first words, at most so many, and how many there are besides.

    Examples
    --------
    >>> first_of(["day", "place", "product"], 2), first_of(["day", "place"], 2)
    ('day, place and 1 more', 'day, place')
    """
    said = translated(", ").join(words[:most])
    more = len(words) - most
    return said + translated(" and {n} more", n=more) if more > 0 else said


def title(chapter: catalogue.Chapter) -> str:
    """The title of a chapter."""
    return catalogue.without_number(of(chapter.topic, "notebook", chapter.heading))


def of(name: str, context: str, text: str) -> str:
    """The translation of a message of one catalogue; the message itself where there is none.

    Parameters
    ----------
    name : str
        A topic, ``questions_<topic>``, or ``interface``.
    context : str
        Where the message stands, as in ``statement of recommend``.
    text : str
        On one line.
    """
    chosen = language()
    return text if chosen == "en" else entries(name, chosen).get((context, text)) or text


def topic_of(function: Callable[..., Any]) -> str:
    """The topic in whose folder a function is written; empty where it is in none."""
    parts = (getattr(function, "__module__", "") or "").split(".")
    return parts[1] if parts[0] == "solutions" and len(parts) > 1 else ""


def name_of(function: Callable[..., Any], name: str) -> str:
    """The name of a mistake in words, as the topic of a function calls it, or all."""
    return _of_topic_or_all(function, "name", name.replace("_", " "))


def said_problem(function: Callable[..., Any], text: str) -> str:
    """Why an input is not allowed: a sentence of the topic of a function, or of all."""
    return _of_topic_or_all(function, "problem", text)


def _of_topic_or_all(function: Callable[..., Any], context: str, text: str) -> str:
    said = of(topic_of(function), context, text)
    return said if said != text else of(INTERFACE, context, text)


def entries(name: str, chosen: str) -> dict[tuple[str, str], str]:
    """All finished translations of a catalogue by context and English text."""
    path = file(name, chosen)
    return _entries(path, path.stat().st_mtime_ns) if path.exists() else {}


@functools.lru_cache(maxsize=64)
def _entries(path: Path, modified: int) -> dict[tuple[str, str], str]:
    # Whoever reads English never waits for it.
    from babel.messages.pofile import read_po

    with path.open("rb") as stream:
        catalogue = read_po(stream)
    return {
        (message.context or "", str(message.id)): str(message.string)
        for message in catalogue
        if message.id and message.string and not message.fuzzy
    }
