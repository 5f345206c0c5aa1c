"""Who should have handed in: a CSV file as people and learning platforms write it."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from utils.refused import Refused

ROSTER = "roster.csv"
# What a roster may say about a learner; the first that is there names her folder or notebook.
KEYS = ("learner", "username", "sis_login_id", "id", "email")
DETAILS = (
    "name",
    "id",
    "sis_user_id",
    "sis_login_id",
    "section",
    "email",
    "username",
    "identifier",
)
MAX_BYTES = 50 * 2**20
# What Canvas and Moodle call the same in their exports.
HEADINGS = {
    "student": "name",
    "full_name": "name",
    "student_name": "name",
    "login": "sis_login_id",
    "id_number": "sis_user_id",
    "idnumber": "sis_user_id",
    "student_id": "id",
    "email_address": "email",
    "first_name": "first",
    "firstname": "first",
    "last_name": "last",
    "lastname": "last",
    "surname": "last",
}


class CannotGrade(Refused, ValueError):
    """Something keeps every submission from being marked; the message says what."""


@dataclass(frozen=True)
class Learner:
    """A learner of the roster, or one found by the name of her folder or notebook."""

    key: str
    details: dict[str, str] = field(default_factory=dict)
    on_roster: bool = True

    @property
    def name(self) -> str:
        """What a report calls her."""
        return self.details.get("name") or self.key


@dataclass
class Roster:
    """The learners of a class by key, found again by whatever else the roster says of them."""

    learners: dict[str, Learner]

    def __post_init__(self) -> None:
        # What the school gives comes before what a learner may call herself: nobody is made
        # unknown by another one's name.
        ranks: tuple[dict[str, set[str]], ...] = ({}, {}, {})
        for key, learner in self.learners.items():
            said = learner.details
            ids = [said.get(d, "") for d in DETAILS if d not in ("section", "name")]
            # Moodle writes "Participant 123", and 123 into the names of files.
            ids += re.findall(r"\d+", said.get("identifier", ""))
            name = said.get("name", "")
            all_words = ([key], ids, [name, *_name_forms(name)])
            for words, mine in zip(ranks, all_words, strict=True):
                for word in {*map(_plain, mine)} - {""}:
                    words.setdefault(word, set()).add(key)
        self._by_word: dict[str, str | None] = {}
        for words in ranks:
            for word, keys in words.items():
                # A word that two share tells nothing.
                self._by_word.setdefault(word, min(keys) if len(keys) == 1 else None)

    def find(self, words: Sequence[str]) -> Learner | None:
        """The learner whom one of these means, the first that means anybody."""
        found = (self._by_word.get(_plain(word)) for word in words)
        return next((self.learners[key] for key in found if key), None)

    @classmethod
    def read(cls, path: Path) -> Roster:
        """The roster in a file; nobody when there is none.

        Raises
        ------
        CannotGrade
            When it cannot be read, or has no column by which to find a learner.
        """
        if not path.exists():
            return cls({})
        lines = read_table(path)
        if lines and not set(KEYS) & lines[0].cells.keys():
            raise CannotGrade(
                f"{path} has no column learner, and no {', '.join(KEYS[1:])} in its place; its "
                f"columns are {', '.join(lines[0].cells) or 'none'}."
            )
        learners: dict[str, Learner] = {}
        for line in lines:
            row = line.cells
            key = next((row[k] for k in KEYS if row.get(k)), "")
            if not key or row.get("name", "").strip().lower() == "points possible":
                continue
            learner = Learner(key, {d: row[d] for d in DETAILS if row.get(d)})
            if learners.setdefault(key, learner) != learner:
                raise CannotGrade(
                    f"{path}, line {line.number}: {key} stands in an earlier line too, for "
                    "somebody else; give each learner a line and a name of her own."
                )
        return cls(learners)


@dataclass(frozen=True)
class Line:
    """A line of a table: its number in the file, and its cells by heading."""

    number: int
    cells: dict[str, str]


def read_table(path: Path, once: Collection[str] = ()) -> list[Line]:
    """The lines of a CSV file as spreadsheets and platforms write it, with headings in one form.

    Parameters
    ----------
    once : collection of str
        Headings of which there may be one.

    Raises
    ------
    CannotGrade
        When it cannot be read, has two columns of such a heading, or a line has more cells than
        the first one.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise ValueError(f"it is larger than {MAX_BYTES // 2**20} MB")
        text = _decoded(raw).lstrip("\ufeff")
        first = text.lstrip("\n").partition("\n")[0]
        delimiter = max(",;\t", key=first.count)
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        table = [(reader.line_num, line) for line in reader]
    except (OSError, ValueError, csv.Error) as error:
        raise CannotGrade(f"{path} is not a readable CSV file ({error}).") from None
    table = [(number, row) for number, row in table if any(map(str.strip, row))]
    if not table:
        return []
    heads = [HEADINGS.get(h, h) for h in ("_".join(cell.lower().split()) for cell in table[0][1])]
    for name in once:
        if heads.count(name) > 1:
            raise CannotGrade(f"{path} has {heads.count(name)} columns {name}: leave one of them.")
    lines = []
    for number, line in table[1:]:
        if any(map(str.strip, line[len(heads) :])):
            raise CannotGrade(
                f"{path}, line {number}: it has {len(line)} cells and the first line has "
                f"{len(heads)}; put a text that holds a comma into quotes."
            )
        cells = (unicodedata.normalize("NFC", cell.strip()) for cell in line)
        row = dict(zip(heads, cells, strict=False))
        if not row.get("name") and (row.get("first") or row.get("last")):
            row["name"] = f"{row.get('first', '')} {row.get('last', '')}".strip()
        lines.append(Line(number, row))
    return lines


def _decoded(raw: bytes) -> str:
    """The text of a file that a spreadsheet wrote, in whichever encoding."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    for encoding in ("utf-8-sig", "gb18030", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError("it is in no encoding that spreadsheets use; save it as UTF-8")


def _plain(word: str) -> str:
    return unicodedata.normalize("NFC", word).strip().casefold()


def _name_forms(name: str) -> set[str]:
    """A name as Canvas and Moodle write it into the names of files: smithjohn, John Smith."""
    last, comma, first = name.partition(",")
    words = [*first.split(), *last.split()] if comma else name.split()
    if not words:
        return set()
    turned = [words[-1], *words[:-1]]
    joined = ("".join(c for c in "".join(w).casefold() if c.isalnum()) for w in (words, turned))
    return {*joined, " ".join(words).casefold()}
