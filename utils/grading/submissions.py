"""Who handed in what: folders, zip files and names that learning platforms give, to learners."""

from __future__ import annotations

import contextlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from utils.grading import budget
from utils.grading.assignment import FIRST, LATEST
from utils.grading.policy import Adjustment, Lateness
from utils.grading.roster import (
    DETAILS,
    ROSTER,
    SHORTEST_NUMBER,
    SURE_NUMBER,
    CannotGrade,
    Learner,
    Roster,
)
from utils.translation import first_of, message, translated

# Of a file that is, or once was, a notebook.
SUFFIX = re.compile(r"\.ipynb(\.txt|\.json)?$", re.IGNORECASE)
SUFFIX_OF_ZIP = re.compile(r"\.zip$", re.IGNORECASE)
# Lists about a class, which lie beside the submissions.
OURS = frozenset({".csv", ".toml"})
SPREADSHEETS = frozenset({".xls", ".xlsx", ".et"})
# What systems leave in every folder.
JUNK = re.compile(r"(thumbs\.db|desktop\.ini|~\$.*)", re.IGNORECASE)
# Of the names that a sentence holds.
MOST_NAMED = 5
# A flag of the zip format: the name is in UTF-8.
SAYS_UTF_8 = 0x800
# What other tools leave beside it, and where a release puts the solved notebooks of earlier weeks.
NOT_A_LEARNER = frozenset({"__MACOSX", "__pycache__", "solved"})
# Characters of a name in a zip file; a file system allows hardly more, and patterns are looked for.
MAX_NAME = 1_000
# The folder in which nbgrader collects, and all of one of its courses.
COLLECTED = "submitted"
NBGRADER = frozenset({COLLECTED, "source", "release", "autograded", "feedback"})

# smithjohn_LATE_12345_67890_x-1.ipynb, and the same for a folder that was zipped.
CANVAS = re.compile(
    r"^(?P<name>[^_]+)(?P<late>_LATE)?_(?P<user>[1-9]\d+)_(?P<submission>[1-9]\d*)_(?P<file>.+)$"
)
# Mei Lin_123_assignsubmission_file_x.ipynb, or a folder of that name.
MOODLE = re.compile(r"^(?P<name>.+?)_(?P<user>\d+)_assignsubmission_\w+?_(?P<file>.*)$")
LATE = re.compile(
    r"[ _.-]*\(?\b(late)\b\)?|_LATE(?=_|$)|[ _.-]*[(（]?(迟交|补交)[)）]?", re.IGNORECASE
)
# Of a folder for what was handed in once more.
AGAIN = re.compile("重交|重新提交|resubm", re.IGNORECASE)
# A date, and perhaps a time of day, as people and programs write them into names. The number of a
# student may begin with a year too.
TIME = re.compile(
    r"[ _.-]*(?<!\d)(20\d\d)[-_.]?(0[1-9]|1[0-2])[-_.]?(0[1-9]|[12]\d|3[01])"
    r"(?:[T _-]*([01]\d|2[0-3])[-_.h]?([0-5]\d)[-_.m]?([0-5]\d)?)?(?!\d)"
)
# Mar 9, 2026 905 AM, as Brightspace writes it.
SPOKEN_TIME = re.compile(r"([A-Z][a-z]{2} \d{1,2}, 20\d\d) (\d{3,4} [AP]M)")
NUMBER = re.compile(
    r"(?:[ _-]*[(（](\d{1,4})[)）]|(?<!\d{4})[ _]*-(\d{1,4})|[ _-]+v(\d{1,4})|[ _-]+copy|"
    r"(?<=.)[ _-]*副本 *(?:[(（](\d{1,4})[)）]|(\d{0,4})))$",
    re.I,
)
# What people call the last version of all, which comes after the plain one.
FINAL = re.compile(
    r"(?<=.)[ _.-]*[(（]?(?:最终版?|终版|终稿|定稿|修改版|[ _-]final)+ *(\d{0,2})[)）]?$", re.I
)
# A final version comes after any number, and what is late after both.
FINAL_RANK, LATE_RANK = 10_000, 1_000_000
# What is the end of no name of a person.
VERSION_ALONE = re.compile("[(（]|副本|最终|终版|终稿|定稿|修改版")
# A folder of one attempt; 第三次作业 is the third homework.
ATTEMPT = re.compile(
    r"(?:^|(?<=/))(?:(?:version|attempt|v)[ _-]?(\d{1,3})|"
    r"第([一二三四五六七八九十]{1,3}|\d{1,2})(?:次(?:提交|修改|补交)|版))/",
    re.IGNORECASE,
)
# Whose each folder of a download of Gradescope is, and its lines about a person.
METADATA = "submission_metadata.yml"
SUBMISSION, SECTION = re.compile(r"([\w-]+):\s*"), re.compile(r"  :(\w+):")
PERSON = re.compile(r" +(?:- )?:(?:name|sid|email): *(.+)")
# How Google names what a learner copied, where no name is in it.
COPY_OF = re.compile(r"(copy of ?)+", re.IGNORECASE)
# A part of a download that Google has split.
SPLIT = re.compile(r"drive-download-\d{8}T\d{6}Z(-\d+)*")
# The names of more others in one person's folder are those of a class, whose files she collected.
MOST_OTHERS = 1


# What a flat notebook is that does not say which chapter it is.
WHOLE = "notebook"


@dataclass(frozen=True)
class File:
    """A notebook on disk, or in a zip file that lies there."""

    path: str
    # Its place below the folder that was given, for people.
    name: str
    modified: float = 0.0
    # Its name in the zip file, and that of the zip file in it that holds it, where one does.
    member: str = ""
    within: str = ""

    @property
    def stem(self) -> str:
        """Its name without folders and suffix."""
        return SUFFIX.sub("", self.name.rpartition("/")[2])

    def content(self) -> bytes:
        """The bytes of the notebook.

        Raises
        ------
        ValueError
            When it is no file, or too large; the message says why.
        """
        path = Path(self.path)
        if path.is_symlink() or not path.is_file():
            raise ValueError("it is a link or no file")
        too_large = ValueError(f"it is larger than {budget.MAX_FILE // budget.MB} MB")
        if not self.member:
            if path.stat().st_size > budget.MAX_FILE:
                raise too_large
            return path.read_bytes()
        try:
            with zipfile.ZipFile(path) as outer, _inner(outer, self.within) as archive:
                content = archive.open(self.member).read(budget.MAX_FILE + 1)
        except Exception as error:
            raise ValueError(f"the zip file is damaged ({type(error).__name__})") from None
        if len(content) > budget.MAX_FILE:
            raise too_large
        return content


@dataclass
class Submission:
    """The notebooks of one learner, and what a report says about the files."""

    learner: Learner
    files: list[File] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Which attempt it is, the first being 1, and of how many.
    attempt: int = 1
    attempts: int = 1
    # Whether a platform marked it as late in the name of a file.
    said_late: bool = False
    # None where no time is known, or nothing is due.
    lateness: Lateness | None = None
    # What a person says about all of it.
    remarks: list[Adjustment] = field(default_factory=list)


@dataclass(frozen=True)
class _Placed:
    """A file, whose it is, and which version of what."""

    file: File
    key: str
    # Other words by which a roster may know the learner.
    aliases: tuple[str, ...]
    what: str
    version: tuple[int, str, float]
    late: bool
    # What a report says about whose it is.
    note: str = ""
    # Those whom it names, where it names several.
    several: tuple[Learner, ...] = ()

    @property
    def words(self) -> list[str]:
        """What a roster may know, the surest first."""
        return [*self.aliases, self.key]


def collect(
    folder: Path,
    out: Path | None = None,
    *,
    counts: str = LATEST,
    allowed: int | None = None,
    warnings: list[str] | None = None,
) -> list[Submission]:
    """What lies in a folder or a zip file: one notebook per learner, or one folder.

    Parameters
    ----------
    out : Path, optional
        Where reports go; it may lie among the submissions and is none.
    counts : {"latest", "first", "best"}
        Which attempt counts. For the best all attempts of a learner come, one after the other.
    allowed : int, optional
        How many attempts count.
    warnings : list of str, optional
        What lies there and cannot be read is added to it, a sentence each.

    Raises
    ------
    CannotGrade
        When there is no notebook, or the roster cannot be read.
    """
    if not folder.exists():
        raise CannotGrade(f"{folder} is no folder: give the one that holds the submissions.")
    notes: list[str] = [] if warnings is None else warnings
    first = len(notes)
    others: list[_Found] = []
    found = _of_submitters(list(_files(folder, notes, others)), others)
    others = [each for each in others if not out or out not in Path(each[1].path).parents]
    roster = Roster.read(beside(folder, ROSTER))
    above, folders = _root(folder, found, roster)
    folders = [name for name in folders if not out or (folder / name).resolve() != out.resolve()]
    found, others = _below(above, found), _below(above, others)
    if not found and not folders:
        raise CannotGrade(
            " ".join(
                [
                    f"{folder} holds no notebook: a learner's is NAME.ipynb, or in NAME/.",
                    *notes[first:],
                ]
            )
        )
    platforms = _platforms(parts[0] for parts, _ in found)
    placed = _all_placed(found)
    if roster.learners:
        paths = _Paths(roster, found, platforms)
        placed = [paths.given(p, each) for (p, _), each in zip(found, placed, strict=True)]
        unread = [paths.given(p, _placed(p, file, platforms)) for p, file in others]
    else:
        unread = [_placed(p, file, platforms) for p, file in others]
    # Their names on the disk.
    occupied = {file.name.split("/")[len(above)] for _, file in found}
    occupied |= {p[0] for (p, _), each in zip(others, unread, strict=True) if each.note}
    learners = _by_learner(roster, placed, folders, occupied)
    notes += _of_nobody(learners) if roster.learners else _perhaps_classes(learners)
    handed_in = [
        each for learner, mine in learners for each in _attempts(learner, mine, counts, allowed)
    ]
    of_several, not_read = _of_several(placed), _not_read_of(roster, unread)
    for each in handed_in:
        each.notes += of_several.get(each.learner.key, [])
        if not each.files:
            each.notes += not_read.get(each.learner.key, [])
    return handed_in


def _below(above: tuple[str, ...], found: Iterable[_Found]) -> list[_Found]:
    """What lies below a folder, from there."""
    n = len(above)
    return [(parts[n:], file) for parts, file in found if parts[:n] == above and len(parts) > n]


def beside(folder: Path, name: str) -> Path:
    """Where a list about the submissions lies: among them, or beside their zip file."""
    return folder / name if folder.is_dir() else folder.with_name(name)


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


# ---- what lies there ------------------------------------------------------------------------


# The names of the folders above a notebook and its own, and where it is.
_Found = tuple[tuple[str, ...], File]


def _files(folder: Path, notes: list[str], others: list[_Found]) -> Iterator[_Found]:
    """Every notebook that lies there; whatever else does is added to ``others``."""
    if folder.is_file():
        yield from _in_zip(folder, (), folder.name, notes, others)
        return
    for path in sorted(folder.rglob("*")):
        parts = tuple(map(_nfc, path.relative_to(folder).parts))
        if _is_left_out(parts):
            continue
        if SUFFIX.search(path.name) and not path.is_dir():
            modified = 0.0 if path.is_symlink() else path.stat().st_mtime
            yield parts, File(str(path), "/".join(parts), modified)
        elif path.suffix.lower() == ".zip" and path.is_file():
            stem = _nfc(path.stem)
            above = parts[:-1] if SPLIT.fullmatch(stem) else (*parts[:-1], stem)
            yield from _in_zip(path, above, "/".join(parts), notes, others)
        elif _is_somebodys(path.name) and (path.is_file() or path.is_symlink()):
            others.append((parts, File(str(path), "/".join(parts))))
    flat = [file.name for parts, file in others if parts == (file.name,) != (METADATA,)]
    if not (folder / ROSTER).exists():
        for name in [name for name in flat if Path(name).suffix.lower() in SPREADSHEETS]:
            flat.remove(name)
            text = message("{name} is not read: if it is the roster, save it as {roster} (CSV).")
            notes.append(translated(text, name=name, roster=ROSTER))
    if flat:
        notes.append(_not_read(flat))


def _not_read(names: Sequence[str]) -> str:
    text = message("Not read: {names}. A learner's notebook is NAME.ipynb, or in NAME.zip.")
    return translated(text, names=first_of(names, MOST_NAMED))


def _is_somebodys(name: str) -> bool:
    """Whether a file that is no notebook may be what somebody handed in."""
    return not JUNK.fullmatch(name) and Path(name).suffix.lower() not in OURS


def _is_left_out(parts: Sequence[str]) -> bool:
    return any(part.startswith(".") or part in NOT_A_LEARNER for part in parts)


def _in_zip(
    path: Path, above: tuple[str, ...], name: str, notes: list[str], others: list[_Found]
) -> Iterator[_Found]:
    rest: list[zipfile.ZipInfo] = []
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(archive, name, notes, rest)
    except Exception as error:
        text = message("{name} is no zip file that can be read ({error}).")
        notes.append(translated(text, name=name, error=type(error).__name__))
        others.append((above, File(str(path), name)))
        return
    for member in rest[: budget.MAX_FILES * 50]:
        if not _is_left_out(parts := _parts(member)):
            shown = "/".join([name, *parts])
            others.append(((*above, *parts), File(str(path), shown, member=member.filename)))
    total = sum(member.file_size for member, _ in members)
    if len(members) > budget.MAX_FILES * 50 or total > budget.MAX_UNZIPPED * 50:
        notes.append(translated("{name} holds more than is read.", name=name))
        return
    for member, within in members:
        inside = (*(_parts(within) if within else ()), *_parts(member))
        if not _is_left_out(inside):
            shown = "/".join([name, *inside])
            holder = within.filename if within else ""
            modified = _seconds(member.date_time)
            yield (
                (*above, *(SUFFIX_OF_ZIP.sub("", part) for part in inside)),
                File(str(path), shown, modified, member.filename, holder),
            )


# A member of a zip file, and the zip file in it that holds the member.
_Member = tuple[zipfile.ZipInfo, zipfile.ZipInfo | None]


def _members(
    archive: zipfile.ZipFile, name: str, notes: list[str], rest: list[zipfile.ZipInfo]
) -> list[_Member]:
    """The notebooks in a zip file, and those in zip files in it, as platforms give a class.

    Whatever else somebody may have handed in is added to the ``rest``.
    """
    found: list[_Member] = []
    for member in archive.infolist():
        if len(member.filename) > MAX_NAME:
            if SUFFIX.search(member.filename):
                text = message("{name} holds a name of {n} characters: left out.")
                notes.append(translated(text, name=name, n=f"{len(member.filename):,}"))
        elif SUFFIX.search(member.filename):
            found.append((member, None))
        elif SUFFIX_OF_ZIP.search(member.filename) and not _is_left_out(_parts(member)):
            shown = "/".join([name, *_parts(member)])
            try:
                with _inner(archive, member.filename) as inner:
                    inside = [m for m in inner.infolist() if SUFFIX.search(m.filename)]
            except Exception as error:
                text = message("{name} is no zip file that can be read ({error}).")
                notes.append(translated(text, name=shown, error=type(error).__name__))
                rest.append(member)
                continue
            if not inside:
                rest.append(member)
            found += [(each, member) for each in inside if len(each.filename) <= MAX_NAME]
        elif not member.is_dir() and _is_somebodys(member.filename.rpartition("/")[2]):
            rest.append(member)
    return found


@contextlib.contextmanager
def _inner(archive: zipfile.ZipFile, name: str) -> Iterator[zipfile.ZipFile]:
    """The zip file of that name in a zip file; without a name the file itself."""
    if not name:
        yield archive
        return
    with archive.open(name) as file:
        content = file.read(budget.MAX_UNZIPPED + 1)
    if len(content) > budget.MAX_UNZIPPED:
        raise ValueError("too large")
    with zipfile.ZipFile(io.BytesIO(content)) as inner:
        yield inner


def _parts(member: zipfile.ZipInfo) -> tuple[str, ...]:
    """The names of its folders and its own."""
    name = _name_of(member)
    if "/" not in name:
        # Older programs of Windows write its own separator.
        name = name.replace("\\", "/")
    return tuple(part for part in map(_nfc, name.split("/")) if part not in ("", ".", ".."))


def _name_of(member: zipfile.ZipInfo) -> str:
    """Its name in the encoding in which it was written, which most programs do not say.

    macOS writes UTF-8, a Chinese Windows its own code page; to the format both are code page 437,
    in which a Western Windows writes.
    """
    name = member.filename
    if member.flag_bits & SAYS_UTF_8 or name.isascii():
        return name
    with contextlib.suppress(UnicodeError):
        raw = name.encode("cp437")
        with contextlib.suppress(UnicodeError):
            return raw.decode("utf-8")
        chinese = raw.decode("gb18030")
        # A Western letter and the one after it make a rare character, and no common one.
        if any("\u4e00" <= letter <= "\u9fff" and _is_common(letter) for letter in chinese):
            return chinese
    return name


def _is_common(letter: str) -> bool:
    try:
        return bool(letter.encode("gb2312"))
    except UnicodeError:
        return False


def _seconds(date_time: tuple[int, ...]) -> float:
    try:
        return datetime(*date_time[:6], tzinfo=UTC).timestamp()  # type: ignore[misc, arg-type]
    except ValueError:
        return 0.0


def _of_submitters(found: list[_Found], others: Sequence[_Found]) -> list[_Found]:
    """The folders of Gradescope under the names of those who handed in."""
    for parts, file in others:
        if parts[-1] == METADATA:
            above, n = parts[:-1], len(parts)
            with contextlib.suppress(ValueError):
                people = _submitters(file.content().decode("utf-8", "replace"))
                found = [
                    ((people.get(p[n - 1], p[n - 1]), *p[n:]), each)
                    if p[: n - 1] == above and len(p) > n
                    else (p, each)
                    for p, each in found
                ]
    return found


def _submitters(text: str) -> dict[str, str]:
    """By each folder of Gradescope what is known of its people: name, number and address."""
    found: dict[str, list[str]] = {}
    folder = section = ""
    for line in text.splitlines():
        if match := SUBMISSION.fullmatch(line):
            folder, section = match[1], ""
        elif match := SECTION.match(line):
            section = match[1]
        elif (match := PERSON.match(line)) and section == "submitters":
            found.setdefault(folder, []).append(match[1].strip(" '\""))
    return {folder: " ".join(said) for folder, said in found.items()}


def _root(
    folder: Path, found: Sequence[_Found], roster: Roster
) -> tuple[tuple[str, ...], list[str]]:
    """The folders above those of the learners, and the names of all learners' folders."""
    tops = {parts[0] for parts, _ in found if len(parts) > 1}
    flat = any(len(parts) == 1 for parts, _ in found)
    above: tuple[str, ...] = ()
    if COLLECTED in tops and not flat and tops <= NBGRADER:
        above = (COLLECTED,)
    elif len(tops) == 1 and not flat and len(list(_folders(folder))) <= 1:
        inside = [(parts[1:], file) for parts, file in found]
        above = (next(iter(tops)),) if _is_class(inside, folder.is_file(), roster) else ()
    return above, list(_folders(folder.joinpath(*above)))


def _is_class(inside: Sequence[_Found], zipped: bool, roster: Roster) -> bool:
    """Whether what lies in the one folder at the top is of several learners.

    So it is in what a platform's zip file unpacks to, where the roster knows most of them, and in
    a zip file of a folder: who zips a class has its folder in it.
    """
    names = {parts[0] for parts, _ in inside}
    if any(CANVAS.match(SUFFIX.sub("", name)) or MOODLE.match(name) for name in names):
        return True
    placed = zip(_all_placed(inside), inside, strict=True)
    learners = {each.key: (each, parts[0]) for each, (parts, _) in placed}
    known = [
        key
        for key, (each, part) in learners.items()
        if roster.find(each.words) or len(roster.named_in(SUFFIX.sub("", part), short=True)) == 1
    ]
    if 2 * len(known) > len(learners):
        return True
    chapters = any(_chapter(key) for key in learners)
    return zipped and len(learners) > 1 and not chapters


def _folders(folder: Path) -> Iterator[str]:
    """Folders without a notebook are somebody who handed in something else."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and not path.name.startswith((".", "_")):
            yield _nfc(path.name)


# ---- whose it is ----------------------------------------------------------------------------


def _all_placed(found: Iterable[_Found]) -> list[_Placed]:
    """Whose every notebook is, for which one has to see them all."""
    found = list(found)
    platforms = _platforms({parts[0] for parts, _ in found})
    return _not_somebody_else([_placed(parts, file, platforms) for parts, file in found])


def _platforms(names: Iterable[str]) -> tuple[re.Pattern[str], ...]:
    """The forms of names that count here."""
    firsts = {SUFFIX.sub("", name) for name in names}
    return (CANVAS, MOODLE) if _are_of_canvas(firsts) else (MOODLE,)


def _are_of_canvas(names: Iterable[str]) -> bool:
    """Whether names of Canvas' form are its own.

    homework_12_2021302111_zhang has that form too: then all are of one homework, and each of
    something else.
    """
    said = [match for match in map(CANVAS.match, names) if match]
    people = {(each["name"], each["user"]) for each in said}
    works = {version_of(each["file"], 0.0)[0] for each in said}
    return len(people) > 1 or len(works) < 2 or all(map(_chapter, works))


def _placed(parts: Sequence[str], file: File, platforms: Sequence[re.Pattern[str]]) -> _Placed:
    first = parts[0] if len(parts) > 1 else SUFFIX.sub("", parts[0])
    late = bool(LATE.search(file.stem))
    for pattern in platforms:
        if match := pattern.match(first):
            said = match.groupdict()
            what = said["file"] if len(parts) == 1 else "/".join(parts[1:])
            what, version = version_of(SUFFIX.sub("", what), file.modified)
            submission = int(said.get("submission") or 0)
            version = (version[0], version[1] or f"{submission:020d}", version[2])
            late |= bool(said.get("late"))
            return _Placed(file, said["name"], (said["user"],), what, version, late)
    if len(parts) > 1:
        what, version = version_of("/".join([*parts[1:-1], file.stem]), file.modified)
        version = (version[0], version[1] or _spoken_time(first), version[2])
        return _Placed(file, first, (), what, version, late)
    stem, version = version_of(first, file.modified)
    if stem in (WHOLE, _chapter(stem)):
        # What looks like a date is the number of a student: there is no other name.
        stem, version = version_of(first, file.modified, dated=False)
    # A number at the end of a flat name may be part of the learner's own.
    numbered = stem != first and VERSION_ALONE.search(first)
    key = learner_of(stem if (late or numbered or _chapter(stem)) else first)
    if COPY_OF.fullmatch(key):
        # It says no name, and several people call their copies so.
        return _Placed(file, first, (), _chapter(stem) or WHOLE, version, late)
    return _Placed(file, key, (first,), _chapter(stem) or WHOLE, version, late)


def _not_somebody_else(placed: Sequence[_Placed]) -> list[_Placed]:
    """A flat name that was taken apart is nobody's who handed in under her plain name."""
    plain = {p.key for p in placed if p.aliases[:1] == (p.key,) or not p.aliases}
    return [
        replace(p, key=p.aliases[0], what=WHOLE)
        if p.key in plain and p.aliases and p.aliases[0] != p.key and _chapter(p.aliases[0])
        else p
        for p in placed
    ]


def version_of(
    stem: str, modified: float, *, dated: bool = True
) -> tuple[str, tuple[int, str, float]]:
    """A file's name without its version, and the version: number, time in the name, file's time.

    Where it is not ``dated``, what looks like a time is a part of the name.

    Examples
    --------
    >>> version_of("x-10", 0.0)[0], version_of("x-10", 0.0)[1] > version_of("x-2", 0.0)[1]
    ('x', True)
    >>> version_of("x (late)", 0.0)[1] > version_of("x", 0.0)[1]
    True
    """
    late = bool(LATE.search(stem))
    stem = LATE.sub("", stem)
    attempt = 0
    if match := ATTEMPT.search(stem):
        attempt = _number(match[1] or match[2])
        stem = stem[: match.start()] + stem[match.end() :]
    # The number of a chapter is not the seconds of a time before it.
    chapter = _chapter(stem)
    time = TIME.search(stem.replace(chapter, "?" * len(chapter))) if dated else None
    moment = "".join(part or "00" for part in time.groups()) if time else ""
    if time:
        stem = stem[: time.start()] + stem[time.end() :]
    number = 0
    if match := NUMBER.search(stem):
        number = int(next((group for group in match.groups() if group), 1))
        stem = stem[: match.start()]
    if match := FINAL.search(stem):
        number += FINAL_RANK + int(match[1] or 0)
        stem = stem[: match.start()]
    number = (attempt or number) + late * LATE_RANK
    return stem.strip(" _-.") or WHOLE, (number, moment, modified)


def _number(written: str) -> int:
    """A number in digits, or in Chinese up to 九十九."""
    if written.isdecimal():
        return int(written)
    tens, ten, ones = written.rpartition("十")
    times = unicodedata.numeric(tens) if tens else bool(ten)
    return int(10 * times + (unicodedata.numeric(ones) if ones else 0))


def _spoken_time(text: str) -> str:
    """The time of which a name speaks in words, in the digits of other times; or nothing."""
    if match := SPOKEN_TIME.search(text):
        with contextlib.suppress(ValueError):
            said = f"{match[1]} {match[2].zfill(7)}"
            return datetime.strptime(said, "%b %d, %Y %I%M %p").strftime("%Y%m%d%H%M%S")
    return ""


def _chapter(stem: str) -> str:
    """The chapter that a file's name says it is, or nothing."""
    match = re.search(rf"\d\d[_ -](?:{_topics()})", stem)
    return match[0] if match else ""


def learner_of(stem: str) -> str:
    """The part of a notebook's name that is not the chapter's.

    Examples
    --------
    >>> learner_of("03_collaborative_filtering_mei"), learner_of("mei-03_collaborative_filtering")
    ('mei', 'mei')
    >>> learner_of("mei"), learner_of("mei_start_here")
    ('mei', 'mei_start_here')
    """
    chapter = _chapter(stem)
    return (
        stem.replace(chapter, " ").strip(" _-.")
        if chapter and chapter != stem
        else stem or "unnamed"
    )


def _topics() -> str:
    from utils import catalogue

    return "|".join(map(re.escape, catalogue.topics()))


# ---- by learner -----------------------------------------------------------------------------


def _by_learner(
    roster: Roster, placed: Sequence[_Placed], folders: Sequence[str], occupied: Collection[str]
) -> list[tuple[Learner, list[_Placed]]]:
    """Everybody on the roster, then whoever handed in without being on it."""
    mine: dict[str, list[_Placed]] = {}
    # Two people of one name on a platform are told apart by its numbers.
    numbers: dict[str, set[str]] = {}
    for each in placed:
        if each.aliases and each.aliases[0].isdigit():
            numbers.setdefault(each.key, set()).add(each.aliases[0])
    for name in folders:
        if match := MOODLE.match(name):
            numbers.setdefault(match["name"], set()).add(match["user"])
    for each in placed:
        twice = len(numbers.get(each.key, ())) > 1 and each.aliases
        key = f"{each.key}_{each.aliases[0]}" if twice else each.key
        known = None if each.several else roster.find(each.aliases if twice else each.words)
        mine.setdefault(known.key if known else key, []).append(each)
    for name in folders:
        if name in occupied:
            # What lies in it is somebody's already.
            continue
        key, words = name, [name]
        if match := MOODLE.match(name):
            alone = len(numbers[match["name"]]) == 1
            key = match["name"] if alone else f"{match['name']}_{match['user']}"
            words = [match["user"], match["name"]] if alone else [match["user"]]
        known = roster.find(words)
        if not known and not match and len(named := roster.named_in(name, short=True)) == 1:
            known = named[0]
        mine.setdefault(known.key if known else key, [])
    everybody = dict(roster.learners)
    for key in sorted(mine):
        everybody.setdefault(key, Learner(key, on_roster=not roster.learners))
    return [(learner, mine.get(key, [])) for key, learner in everybody.items()]


class _Paths:
    """Whose each notebook is by what of a roster stands in its path, wherever it lies."""

    def __init__(
        self, roster: Roster, found: Iterable[_Found], platforms: Sequence[re.Pattern[str]]
    ) -> None:
        self._roster = roster
        self._platforms = platforms
        self._known: dict[tuple[str, bool], list[Learner]] = {}
        self._collected = self._collections(found)

    def given(self, parts: tuple[str, ...], each: _Placed) -> _Placed:
        """A notebook, theirs whom the parts of its path name; nobody's where they do not agree."""
        named = self._weighed(parts, each)
        if not named:
            return self._of_nobody_named(parts, each)
        at, people = named[0]
        for deeper, others in named[1:]:
            both = [learner for learner in people if learner in others]
            if both and len(both) < len(people):
                at = deeper
            people = both or [*people, *others]
        if len(people) > 1:
            return self._of_several(parts, each, people)
        (learner,) = people
        below = parts[at:]
        if len(below) > 1 or not self._is_of_platform(below[0]):
            # Her number is no number of a version.
            below = (*below[:-1], _without_number(below[-1], learner))
        placed = _placed(below, each.file, self._platforms)
        late = any(map(LATE.search, parts[:at]))
        again = late or any(map(AGAIN.search, parts[:at]))
        version = (placed.version[0] + again * LATE_RANK, *placed.version[1:])
        said = (
            ""
            if at == 0 and self._is_beyond_doubt(learner, parts[0], each)
            else _named_note(each.file.name, learner, parts[at])
        )
        late |= placed.late
        return replace(placed, key=learner.key, aliases=(), version=version, late=late, note=said)

    def _of_nobody_named(self, parts: tuple[str, ...], each: _Placed) -> _Placed:
        """A notebook that names nobody; who collected a class has there what has no other name."""
        n = max((len(p) for p in self._collected if parts[: len(p)] == p), default=0)
        below = parts[n:]
        collectors = self._named_by(parts[n - 1], is_first=n == 1) if n else []
        stem = version_of(SUFFIX.sub("", below[-1]), 0.0)[0]
        if len(collectors) == len(below) == 1 and stem in (WHOLE, _chapter(stem)):
            note = _named_note(each.file.name, collectors[0], parts[n - 1])
            return replace(each, key=collectors[0].key, aliases=(), what=stem, note=note)
        if n and self._roster.find(each.words):
            each = replace(each, key=SUFFIX.sub("", "/".join(parts)), aliases=())
        names = [learner.name for learner in self._roster.resembled_by("/".join(below))]
        people = first_of(names, MOST_NAMED)
        said = translated("By its name it may be of {people}.", people=people) if names else ""
        return replace(each, note=said)

    def _weighed(self, parts: tuple[str, ...], each: _Placed) -> list[tuple[int, list[Learner]]]:
        """Whom which part of a path names.

        A short number counts where nothing else does: it may be that of a class or of a task too.
        """
        named = [(at, people) for at, people in enumerate(self._named(parts, each)) if people]
        return [each for each in named if not _is_short_number(parts[each[0]])] or named[:1]

    def _is_beyond_doubt(self, learner: Learner, part: str, each: _Placed) -> bool:
        """Whether a part is her own name, or has in it a long number, which is nobody else's."""
        if _has_number_of_platform(each) and learner.details.get("name"):
            return self._roster.find([each.key]) == learner
        words = [each.key, *each.aliases]
        is_number = learner.key.isdigit() and len(learner.key) >= SURE_NUMBER
        return self._roster.find(words) == learner or (is_number and learner.key in part)

    def _is_of_platform(self, part: str) -> bool:
        return any(pattern.match(part) for pattern in self._platforms)

    def _of_several(
        self, parts: tuple[str, ...], each: _Placed, people: Sequence[Learner]
    ) -> _Placed:
        names = [learner.name for learner in people]
        shown = [
            f"{learner.name} ({learner.key})" if names.count(learner.name) > 1 else learner.name
            for learner in people
        ]
        text = message("{name} names {people}: nobody knows whose it is.")
        said = translated(text, name=each.file.name, people=translated(", ").join(shown))
        if self._roster.find(each.words):
            # By its first part alone it would be somebody's.
            each = replace(each, key=SUFFIX.sub("", "/".join(parts)), aliases=())
        return replace(each, note=said, several=tuple(people))

    def _named(self, parts: tuple[str, ...], each: _Placed) -> Iterator[list[Learner]]:
        """Whom each part of a path names."""
        collectors: list[Learner] = []
        theirs: Collection[str] = ()
        for at, part in enumerate(parts):
            people = self._by_platform(part, each) if at == 0 else []
            people = people or self._named_by(part, is_first=at == 0)
            if keys := self._collected.get(parts[: at + 1]):
                collectors, theirs, people = people, keys, []
            elif collectors and not {who.key for who in people} <= {*theirs}:
                # Who has a place of her own may not know what lies in that of another one.
                people = [*collectors, *people]
            yield people
            if self._is_of_platform(part):
                # A platform says whose this is: what lies in it may be called anything.
                return

    def _by_platform(self, part: str, each: _Placed) -> list[Learner]:
        """Whom a platform names: its name is surer than its number.

        Its number may by chance be that of somebody else on the roster.
        """
        if not _has_number_of_platform(each):
            return []
        if learner := self._roster.find([each.key]):
            return [learner]
        learner = self._roster.find(each.aliases)
        other = self._named_by(part, is_first=True)
        if not learner:
            return other
        # Of several people of one name it tells which.
        return [learner] if learner in other else [learner, *other]

    def _named_by(self, part: str, *, is_first: bool) -> list[Learner]:
        if (part, is_first) not in self._known:
            stem = SUFFIX.sub("", part)
            learner = self._roster.find([stem])
            people = [learner] if learner else self._roster.named_in(stem, short=is_first)
            if not people and stem != part:
                learner = self._roster.find([learner_of(version_of(stem, 0.0)[0])])
                people = [learner] if learner else []
            self._known[part, is_first] = people
        return self._known[part, is_first]

    def _collections(self, found: Iterable[_Found]) -> dict[tuple[str, ...], frozenset[str]]:
        """Folders that name somebody, in which lie the files of several others; and of whom.

        Somebody of the class has collected them, and the folder bears her name. Who has a place of
        her own is none of them: nobody puts files under the names of others in hers.
        """
        self._collected = {}
        own: set[str] = set()
        others: dict[tuple[str, ...], set[str]] = {}
        collectors: dict[tuple[str, ...], set[str]] = {}
        for parts, file in found:
            named = self._weighed(parts, _placed(parts, file, self._platforms))
            if named and len(named[0][1]) == 1:
                own.add(named[0][1][0].key)
            for i, (at, here) in enumerate(named):
                below = next((people for _, people in named[i + 1 :] if len(people) == 1), [])
                keys = {each.key for each in here}
                if theirs := {each.key for each in below} - keys:
                    others.setdefault(parts[: at + 1], set()).update(theirs)
                    collectors[parts[: at + 1]] = keys
        return {
            place: frozenset(keys - own | collectors[place])
            for place, keys in others.items()
            if len(keys) > MOST_OTHERS
        }


def _has_number_of_platform(each: _Placed) -> bool:
    """Whether a platform has said whose it is, by a name and by its own number."""
    return each.aliases != () and each.aliases[0].isdigit() and each.aliases[0] != each.key


def _is_short_number(part: str) -> bool:
    stem = SUFFIX.sub("", part)
    return stem.isdigit() and len(stem) < SURE_NUMBER


def _without_number(name: str, learner: Learner) -> str:
    """The name of a file without the number of its learner and of her class."""
    stem = SUFFIX.sub("", name)
    for word in (learner.key, *(learner.details.get(each, "") for each in DETAILS)):
        if word.isdigit() and len(word) >= SHORTEST_NUMBER:
            stem = re.sub(rf"[ _-]*(?<!\d){word}(?!\d)", "", stem)
    return stem or name


def _named_note(name: str, learner: Learner, part: str) -> str:
    text = message("{name} is {learner}'s, whom “{part}” names.")
    return translated(text, name=name, learner=learner.name, part=part)


def _of_nobody(learners: Sequence[tuple[Learner, Sequence[_Placed]]]) -> list[str]:
    """What is said of files that are nobody's on the roster."""
    strangers = [mine for each, mine in learners if mine and not each.on_roster]
    names = sorted(mine[0].file.name for mine in strangers)
    n_found = sum(bool(mine) for each, mine in learners if each.on_roster)
    if not names:
        return []
    if not n_found and not any(each.several for mine in strangers for each in mine):
        text = message(
            "Nobody on the roster handed in, by the names that lie here ({names}): put the names "
            "of the files or folders into a column username of {roster}."
        )
        return [translated(text, names=first_of(names, MOST_NAMED), roster=ROSTER)]
    text = message(
        "{n} of the {total} on the roster were found. Nobody on it fits, or several do: {names}. "
        "Rename these, or put their names into a column username of {roster}."
    )
    total = sum(each.on_roster for each, _ in learners)
    shown = first_of(names, MOST_NAMED)
    return [translated(text, n=n_found, total=total, names=shown, roster=ROSTER)]


def _perhaps_classes(learners: Sequence[tuple[Learner, Sequence[_Placed]]]) -> list[str]:
    """What is said where one learner has what several may have handed in; no roster tells."""
    names = [each.key for each, mine in learners if _is_perhaps_a_class(mine)]
    if not names:
        return []
    text = message(
        "Taken for one learner's: all that lies in {names}. If it is a class, give a {roster}, or "
        "that folder by itself."
    )
    return [translated(text, names=first_of(names, MOST_NAMED), roster=ROSTER)]


def _is_perhaps_a_class(placed: Sequence[_Placed]) -> bool:
    """Whether two are of one chapter, or two in folders, or of Canvas' form, of none."""
    works = {each.what for each in placed}
    chapters = [_chapter(each) for each in works]
    folders = {each.rpartition("/")[0] for each in works if not _chapter(each)}
    of_canvas = any(each.aliases for each in placed) and chapters.count("") > 1
    return len(set(chapters) - {""}) < len(chapters) - chapters.count("") or (
        len(folders - {""}) > 1 or of_canvas
    )


def _of_several(placed: Iterable[_Placed]) -> dict[str, list[str]]:
    """What is said to each learner of files that are nobody's and may be hers."""
    notes: dict[str, list[str]] = {}
    for each in placed:
        for learner in each.several:
            notes.setdefault(learner.key, []).append(each.note)
    return notes


def _not_read_of(roster: Roster, unread: Iterable[_Placed]) -> dict[str, list[str]]:
    """What is said to learners without a notebook: what else they handed in."""
    names: dict[str, list[str]] = {}
    for each in unread:
        key = (roster.find(each.words) or each).key
        names.setdefault(key, []).append(each.file.name)
    return {key: [_not_read(files)] for key, files in names.items()}


def _attempts(
    learner: Learner, placed: Sequence[_Placed], counts: str, allowed: int | None
) -> list[Submission]:
    """The attempts that may count; where one counts whatever its marks, that one."""
    versions: dict[str, list[_Placed]] = {}
    for each in placed:
        versions.setdefault(each.what, []).append(each)
    for group in versions.values():
        dated = all(each.version[1] for each in group)
        group.sort(key=_by_date if dated else lambda each: each.version)
    total = max(map(len, versions.values()), default=1)
    last = min(total, allowed or total)
    # For the best of them each one is marked.
    tried = range(max(1, last - budget.MAX_ATTEMPTS + 1), last + 1)
    numbers = {LATEST: [last], FIRST: [1]}.get(counts, list(tried))
    return [_submission(learner, versions, number, total, counts, last) for number in numbers]


def _by_date(each: _Placed) -> tuple[str, int, float]:
    """Where all versions have a time in their names it says more than their numbers."""
    number, moment, modified = each.version
    return moment, number, modified


def _submission(
    learner: Learner,
    versions: Mapping[str, Sequence[_Placed]],
    number: int,
    total: int,
    counts: str,
    last: int,
) -> Submission:
    """One attempt: of each notebook its version of that number, or the latest before it."""
    submission = Submission(learner, attempt=number, attempts=total)
    if not learner.on_roster:
        submission.notes.append(translated("Not on the roster."))
    if not versions:
        submission.notes.append(translated("No notebook was handed in."))
    for group in versions.values():
        counted = group[min(number, len(group)) - 1]
        submission.files.append(counted.file)
        if counted.note:
            submission.notes.append(counted.note)
        if len(group) > 1 and counts in (LATEST, FIRST):
            others = ", ".join([each.file.name for each in group if each is not counted][:5])
            said = (
                translated("{name} counts, as the latest; not {others}.")
                if counts == LATEST
                else translated("{name} counts, as the first; not {others}.")
            )
            submission.notes.append(said.format(name=counted.file.name, others=others))
        if counted.late:
            submission.said_late = True
            text = message("{name} was handed in late, as its name says.")
            submission.notes.append(translated(text, name=counted.file.name))
    if last < total:
        text = message("{total} attempts; the first {last} count.")
        submission.notes.append(translated(text, total=total, last=last))
    if last > budget.MAX_ATTEMPTS and counts not in (LATEST, FIRST):
        text = message("{total} attempts; the best of the last {n} counts.")
        submission.notes.append(translated(text, total=last, n=budget.MAX_ATTEMPTS))
    if len(submission.files) > budget.MAX_FILES:
        text = message("More than {n} notebooks: the first are read.")
        submission.notes.append(translated(text, n=budget.MAX_FILES))
        del submission.files[budget.MAX_FILES :]
    return submission
