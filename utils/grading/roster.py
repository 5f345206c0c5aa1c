"""Who should have handed in: a CSV file as people and learning platforms write it."""

from __future__ import annotations

import csv
import functools
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
    # As educational offices and platforms in China call them.
    "学号": "id",
    "学生编号": "id",
    "工号": "id",
    "姓名": "name",
    "学生姓名": "name",
    "班级": "section",
    "行政班": "section",
    "教学班": "section",
    "邮箱": "email",
    "电子邮箱": "email",
    "用户名": "username",
    "账号": "username",
    "提交时间": "time",
}
# Above the headings there may be a title; below so many lines nobody looks for them.
MOST_ABOVE = 10
# What a spreadsheet makes of a long number in a column that is not text.
SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
# Letters of Chinese, and what may stand between two of them in a name.
CHINESE = "\u4e00-\u9fff"
BETWEEN = re.compile(rf"(?<=[{CHINESE}])[\s\u00b7\u2022\u30fb]+(?=[{CHINESE}])")
# What stands before and after a Chinese name that is part of a longer word.
BEFORE_NAME = r"(?:^|[^{0}]|作业|实验|报告|练习|[一二三四五六七八九十班组级系次版号])"
AFTER_NAME = (
    r"(?:$|[^{0}]|同学|的|第|作业|大作业|实验|报告|练习|最终|终版|定稿|副本|修改|补交|迟交|提交|答案|"
    r"期末|期中|项目)"
)


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

    def named_in(self, text: str) -> list[Learner]:
        """Everybody whose number, username or whole name stands in a text, as a word of its own.

        A name within a longer one is not named by it. One word in Latin letters that is no
        username names nobody: two people may be called so.
        """
        text = _written_together(text)
        return [self.learners[k] for k, pattern in self._patterns.items() if pattern.search(text)]

    @functools.cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        """What names a learner."""
        found = {}
        for key, learner in self.learners.items():
            said = learner.details
            logins = [said.get(d, "") for d in ("username", "sis_login_id", "email")]
            logins += [each.partition("@")[0] for each in logins if "@" in each]
            ids = [key, *(said.get(d, "") for d in ("id", "sis_user_id"))]
            # A family name is no number, and a stranger may have it too.
            ids = [*logins, *(each for each in ids if any(map(str.isdigit, each)))]
            ids = [word for word in ids if self._by_word.get(_plain(word), key) == key]
            # Four digits may be a year, in a date.
            ids = [word for word in ids if len(word) >= 4 + word.isdigit()]
            written = [re.escape(_written_together(word)) for word in ids]
            written = [rf"(?<![a-z0-9]){word}(?![a-z0-9])" for word in written]
            written += _name_patterns(said.get("name", ""))
            if written:
                found[key] = re.compile("|".join(written))
        return found

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
        lines = read_table(path, needed={*KEYS})
        if lines and not set(KEYS) & lines[0].cells.keys():
            raise CannotGrade(
                f"{path} has no column learner, and no {', '.join(KEYS[1:])} in its place; its "
                f"columns are {', '.join(lines[0].cells) or 'none'}."
            )
        learners: dict[str, Learner] = {}
        for line in lines:
            row = line.cells | {k: _as_typed(line.cells.get(k, "")) for k in (*KEYS, "sis_user_id")}
            if shortened := next((row[k] for k in KEYS if SHORTENED.fullmatch(row[k])), ""):
                raise CannotGrade(
                    f"{path}, line {line.number}: a spreadsheet has shortened a number to "
                    f"{shortened}; give that column the format text, and save it again."
                )
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


def _heads(row: Sequence[str]) -> list[str]:
    words = (BETWEEN.sub("", unicodedata.normalize("NFKC", cell).lower()) for cell in row)
    return [HEADINGS.get(head, head) for head in ("_".join(each.split()) for each in words)]


def read_table(path: Path, once: Collection[str] = (), needed: Collection[str] = ()) -> list[Line]:
    """The lines of a CSV file as spreadsheets and platforms write it, with headings in one form.

    Parameters
    ----------
    once : collection of str
        Headings of which there may be one.
    needed : collection of str
        A line with one of these has the headings; without them, and where none has, the first.

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
    above = next(
        (i for i, (_, row) in enumerate(table[:MOST_ABOVE]) if {*_heads(row)} & {*needed}), 0
    )
    heads = _heads(table[above][1])
    for name in once:
        if heads.count(name) > 1:
            raise CannotGrade(f"{path} has {heads.count(name)} columns {name}: leave one of them.")
    lines = []
    for number, line in table[above + 1 :]:
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


def _as_typed(cell: str) -> str:
    """A number without what a spreadsheet adds so that it stays as it was typed, or after it."""
    cell = unicodedata.normalize("NFKC", cell).strip()
    if match := re.fullmatch(r'="(.*)"|[\'`](\w+)|(\d+)\.0', cell):
        return next(group for group in match.groups() if group is not None)
    return cell


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


def _written_together(text: str) -> str:
    """In one form for comparing: 张 伟 as 张伟, wide letters as others."""
    return BETWEEN.sub("", unicodedata.normalize("NFKC", text).casefold())


def _name_patterns(name: str) -> list[str]:
    """A whole name as people write it into names of files: either way round, whatever between."""
    name = _written_together(re.sub(r"[(（].*?[)）]", " ", name))
    if re.fullmatch(rf"[{CHINESE}]{{2,}}", name.strip()):
        return [BEFORE_NAME.format(CHINESE) + name.strip() + f"(?={AFTER_NAME.format(CHINESE)})"]
    last, comma, first = name.partition(",")
    words = [*first.split(), *last.split()] if comma else name.split()
    if len(words) < 2:
        return []
    orders = (words, [words[-1], *words[:-1]])
    return [
        r"(?<![^\W_])" + r"[\s_.,-]*".join(map(re.escape, order)) + r"(?![^\W_])"
        for order in orders
    ]


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
