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
    # GitHub Classroom.
    "github_username": "username",
    "roster_identifier": "identifier",
    "submission_timestamp": "time",
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
    "最后提交时间": "time",
    "提交日期": "time",
    "submission_time": "time",
}
DELIMITERS = ",;\t\uff0c"
# Fewer letters may be a part of any name.
SHORTEST_LOGIN = 4
# A number of fewer digits may be that of a chapter, and below the second one of a class or a year.
SHORTEST_NUMBER, SURE_NUMBER = 3, 5
# After a letter it is that of a class or a course: 信管2101, CS2102.
SHORT_NUMBER = re.compile(
    rf"(?:(?<![^\W_])|(?<=号))\d{{{SHORTEST_NUMBER},{SURE_NUMBER - 1}}}(?!\d|[-_.]\d\d?[-_.]\d)"
)
# Above the headings there may be a title; below so many lines nobody looks for them.
MOST_ABOVE = 10
# What an office writes below a class: how many there are, who teaches them, who printed it.
OF_THE_CLASS = re.compile(
    r"(合计|总计|共计|小计|总人数|任课|教师|制表|打印|备注|说明|签[名字])|共 ?\d+ ?[人名]"
)
# What a spreadsheet makes of a long number in a column that is not text.
SHORTENED = re.compile(r"\d(\.\d+)?E\+\d+", re.IGNORECASE)
# Letters of Chinese, rare ones of names included, and what may stand between two of them in a name.
CHINESE = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
BETWEEN = r"[\s\u00b7\u2022\u30fb]"
IN_CHINESE = re.compile(f"[{CHINESE}]")
LATIN = re.compile("[a-zA-Z0-9]")
# Japanese and Korean, whose words are names by themselves; Sergei in any letters is not.
EASTERN = re.compile("[\u3040-\u30ff\uac00-\ud7af]+")
# A word of a name that is more than its beginning, and none that many have.
LONG_WORD = re.compile(r"\b(?!(?:van|von|der|den|del|los|las|dos|bin|ibn)\b)[^\W\d_]{3,}")
# Accents of Latin letters, and letters with a mark that is none.
ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
PLAIN = str.maketrans("\u0111\u0142\u00f8\u0131", "dloi")
# 张 伟, as some write every letter.
SPACED = re.compile(rf"(?<![{CHINESE}])[{CHINESE}](?:{BETWEEN}+[{CHINESE}](?![{CHINESE}]))+")
NUMERALS = "一二三四五六七八九十"
WORKS = ("作业", "实验", "报告", "练习")
# Of words these may stand on either side of a name.
BESIDE_NAME = (*WORKS, "同学", "期末", "期中", "项目", "重交", "补交", "迟交")
# What stands before and after a Chinese name that is part of a longer word.
BEFORE_NAME = re.compile(
    "|".join(
        [
            rf"(?<![{CHINESE}])",
            *(f"(?<={word})" for word in (*BESIDE_NAME, "学生", "组长", "班长", "姓名")),
            *(rf"(?<={word}[{NUMERALS}])" for word in WORKS),
            *(rf"(?<=第[{NUMERALS}]{word})" for word in "周章课题"),
            "(?<=[0-9][周章课题])",
            "(?<=[班组级系次版号])",
        ]
    )
)
AFTER_NAME = re.compile(
    rf"$|[^{CHINESE}]|{'|'.join(BESIDE_NAME)}|的|第|大作业|最终|终版|定稿|完整版|副本|修改|重做|提交|"
    rf"答案|代码|课程设计|课设|[补改](?:$|[^{CHINESE}])"
)
# What an office adds to a name: 张伟(班长), 李娜[重修].
BRACKETS = re.compile(r"\([^()]*\)|\[[^][]*\]|【[^【】]*】")
# Nobody is called by more; what stands there is no name.
LONGEST_NAME, MOST_WORDS = 200, 8


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
        ranks: tuple[dict[str, set[str]], ...] = ({}, {}, {}, {})
        for key, learner in self.learners.items():
            said = learner.details
            ids = [said.get(d, "") for d in DETAILS if d not in ("section", "name")]
            # Moodle writes "Participant 123", and 123 into the names of files.
            ids += re.findall(r"\d+", said.get("identifier", ""))
            name = said.get("name", "")
            # A spreadsheet takes the zeros before a number away, a person the rest of an address.
            short = [word.lstrip("0") for word in (key, *ids) if word.isdigit()]
            short += [word.partition("@")[0] for word in ids if "@" in word]
            all_words = ([key], ids, [name, *_name_forms(name)], short)
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
        for word in map(_plain, words):
            bare = word.lstrip("0") if word.isdigit() else word
            if key := self._by_word.get(word if word in self._by_word else bare):
                return self.learners[key]
        return None

    def named_in(self, text: str, *, short: bool = False) -> list[Learner]:
        """Whose number, username or whole name stands in a text, as a word of its own.

        It is the one person whom all of these words fit, where there is one, and otherwise
        everybody whom one of them fits. A name within a longer one is not named by it. One word in
        Latin letters that is no username names nobody: two people may be called so. A ``short``
        number counts where nothing else names anybody, and not as the year of a date or after a
        letter.
        """
        text = _comparable(text)
        words: dict[tuple[int, int], set[str]] = {}
        # Who writes accents writes them all: An is not Ân.
        patterns = [*self._patterns.items()]
        if _without_accents(text) == text:
            patterns += self._plain_patterns.items()
        for key, pattern in patterns:
            for match in pattern.finditer(text):
                span = match.span(match.lastindex or 0)
                if _is_a_word(text, *span):
                    words.setdefault(span, set()).add(key)
        people = [keys for span, keys in words.items() if not _is_within(span, words)]
        if short and not people:
            numbers = SHORT_NUMBER.findall(text)
            people = [{whose} for each in numbers if (whose := self._by_word.get(each))]
        both = set.intersection(*people) if people else set()
        keys = both if len(both) == 1 else set().union(*people)
        return [learner for key, learner in self.learners.items() if key in keys]

    def resembled_by(self, text: str) -> list[Learner]:
        """Who may be meant by a text that names nobody: whose name, or a word of it, is in it."""
        text = _comparable(text)
        words = {*LONG_WORD.findall(text)}
        return [
            self.learners[key]
            for key, (name, of_name) in self._names.items()
            if (name and name in text) or words & of_name
        ]

    @functools.cached_property
    def _names(self) -> dict[str, tuple[str, set[str]]]:
        """Of each learner the name in Chinese and the words of the name."""
        return {
            key: (_chinese_name(learner.name), {*LONG_WORD.findall(_comparable(learner.name))})
            for key, learner in self.learners.items()
        }

    def within(self, text: str) -> list[Learner]:
        """Whose whole name in Chinese stands in a text, be it as a part of a longer word."""
        text = _comparable(text)
        return [
            self.learners[key] for key, (name, _) in self._names.items() if name and name in text
        ]

    @functools.cached_property
    def _plain_patterns(self) -> dict[str, re.Pattern[str]]:
        """What names a learner who has accents where they are left out."""
        names = {key: _comparable(learner.name) for key, learner in self.learners.items()}
        plain = {key: _without_accents(name) for key, name in names.items()}
        written = {key: _name_patterns(p) for key, p in plain.items() if p != names[key]}
        return {key: re.compile("|".join(each)) for key, each in written.items() if each}

    @functools.cached_property
    def _patterns(self) -> dict[str, re.Pattern[str]]:
        """What names a learner; the word itself is the one group that matched."""
        found = {}
        for key, learner in self.learners.items():
            said = learner.details
            logins = [said.get(d, "") for d in ("username", "sis_login_id", "email")]
            logins += [each.partition("@")[0] for each in logins if "@" in each]
            # A family name is no number, and a stranger may have it too.
            keys = [key, *(said.get(d, "") for d in ("id", "sis_user_id"))]
            numbers = [word for word in keys if any(map(str.isdigit, word))]
            mine = {w for w in (*logins, *numbers) if self._by_word.get(_plain(w), key) == key}
            mine = {w for w in mine if w and not (w.isdigit() and len(w) < SURE_NUMBER)}
            written = [self._word_pattern(word, key) for word in sorted(mine)]
            # A list of names alone has them for keys.
            names = [said.get("name", ""), *(w for w in (key, *logins) if not LATIN.search(w))]
            written += [each for name in dict.fromkeys(names) for each in _name_patterns(name)]
            if written:
                found[key] = re.compile("|".join(written))
        return found

    def _word_pattern(self, word: str, key: str) -> str:
        """A number or a username of a learner as it stands in a name of a file."""
        plain = re.escape(_comparable(word))
        if word.isdigit():
            bare = word.lstrip("0")
            hers = len(bare) >= SURE_NUMBER and self._by_word.get(bare) == key
            return rf"(?<!\d)({f'0*{bare}' if hers else plain})(?!\d)"
        if len(word) >= SHORTEST_LOGIN:
            return rf"(?<![a-z0-9])({plain})(?![a-z0-9])"
        # Blackboard says where a username is.
        return rf"(?<=_)({plain})(?=_attempt_)"

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
            if not key or _is_no_learner(key, row.get("name", "")):
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


def _is_no_learner(key: str, name: str) -> bool:
    """Whether a line says something of the whole class."""
    return name.strip().lower() == "points possible" or bool(OF_THE_CLASS.match(key.strip()))


def _heads(row: Sequence[str]) -> list[str]:
    words = (_together(unicodedata.normalize("NFKC", cell).lower()) for cell in row)
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
        delimiter = _delimiter(text.split("\n", MOST_ABOVE)[:MOST_ABOVE], needed)
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


def _delimiter(lines: Sequence[str], needed: Collection[str]) -> str:
    """What stands between headings that are needed; else what the first line has most of."""
    for line in lines:
        for delimiter in DELIMITERS:
            if delimiter in line and {*_heads(line.split(delimiter))} & {*needed}:
                return delimiter
    return max(DELIMITERS, key=next((line for line in lines if line.strip()), "").count)


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


def _comparable(text: str) -> str:
    """In one form for comparing: 张 伟 as 张伟, wide letters and marks as others."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'")
    return SPACED.sub(lambda name: _together(name[0]), text)


def _without_accents(text: str) -> str:
    """As people write it whose keyboard has none: Nguyen for Nguyễn."""
    apart = unicodedata.normalize("NFD", text.translate(PLAIN))
    return unicodedata.normalize("NFC", ACCENTS.sub("", apart))


def _is_a_word(text: str, start: int, end: int) -> bool:
    """Whether what is in Chinese there is no part of a longer name; other patterns say it."""
    if not IN_CHINESE.match(text, start):
        return True
    return bool(BEFORE_NAME.match(text, start) and AFTER_NAME.match(text, end))


def _is_within(span: tuple[int, int], others: Collection[tuple[int, int]]) -> bool:
    """Whether it is a part of a longer one."""
    return any(a <= span[0] and span[1] <= b and (a, b) != span for a, b in others)


def _name_patterns(name: str) -> list[str]:
    """A whole name as people write it into names of files: either way round, whatever between.

    It may stand in a roster twice, in Chinese and in Latin letters.
    """
    found = []
    if chinese := _chinese_name(name):
        found.append("(" + f"{BETWEEN}*".join(chinese) + ")")
    name = re.sub(f"[{CHINESE}]+", " ", _of_a_person(name))
    last, _, first = (
        [word for word in part.split() if re.search(r"[^\W_]", word)]
        for part in name.partition(",")
    )
    words = [*first, *last]
    if len(words) > 1:
        # The family name may stand first, and may have several words.
        for order in ([*words[i:], *words[:i]] for i in range(min(len(words), MOST_WORDS))):
            together = r"[\s_.,-]*".join(map(re.escape, order))
            found.append(rf"(?<![^\W_])({together})(?![^\W_])")
    elif words and len(words[0]) > 1 and EASTERN.fullmatch(words[0]):
        found.append(rf"(?<![^\W\d_])({words[0]})(?![^\W\d_])")
    return found


def _chinese_name(name: str) -> str:
    """The first word in Chinese, where it has two letters; after it stand remarks: 张伟-重修."""
    words = re.findall(f"[{CHINESE}]+", _together(_of_a_person(name)))
    return words[0] if words and len(words[0]) > 1 else ""


def _together(text: str) -> str:
    """Without what stands between two letters of Chinese."""
    return re.sub(rf"(?<=[{CHINESE}]){BETWEEN}+(?=[{CHINESE}])", "", text)


def _of_a_person(name: str) -> str:
    """A name of a roster without what an office adds to it."""
    return BRACKETS.sub(" ", _comparable(name[:LONGEST_NAME]))


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
