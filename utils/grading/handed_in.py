"""What lies in a folder or a zip file of submissions, as platforms and people give it."""

from __future__ import annotations

import contextlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from utils.grading import budget
from utils.grading.roster import ROSTER
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
# Whose each folder of a download of Gradescope is, and its lines about a person.
METADATA = "submission_metadata.yml"
SUBMISSION, SECTION = re.compile(r"([\w-]+):\s*"), re.compile(r"  :(\w+):")
PERSON = re.compile(r" +(?:- )?:(?:name|sid|email): *(.+)")
# A part of a download that Google has split.
SPLIT = re.compile(r"drive-download-\d{8}T\d{6}Z(-\d+)*")


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


# The names of the folders above a notebook and its own, and where it is.
Found = tuple[tuple[str, ...], File]


def found_in(folder: Path, notes: list[str], others: list[Found]) -> Iterator[Found]:
    """Every notebook that lies there; whatever else does is added to ``others``."""
    if folder.is_file():
        yield from _in_zip(folder, (), folder.name, notes, others)
        return
    for path in sorted(folder.rglob("*")):
        parts = tuple(map(nfc, path.relative_to(folder).parts))
        if _is_left_out(parts):
            continue
        if SUFFIX.search(path.name) and not path.is_dir():
            modified = 0.0 if path.is_symlink() else path.stat().st_mtime
            yield parts, File(str(path), "/".join(parts), modified)
        elif path.suffix.lower() == ".zip" and path.is_file():
            stem = nfc(path.stem)
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
        notes.append(not_read(flat))


def not_read(names: Sequence[str]) -> str:
    """What is said of files that are no notebooks."""
    text = message("Not read: {names}. A learner's notebook is NAME.ipynb, or in NAME.zip.")
    return translated(text, names=first_of(names, MOST_NAMED))


def _is_somebodys(name: str) -> bool:
    """Whether a file that is no notebook may be what somebody handed in."""
    return not JUNK.fullmatch(name) and Path(name).suffix.lower() not in OURS


def _is_left_out(parts: Sequence[str]) -> bool:
    return any(part.startswith(".") or part in NOT_A_LEARNER for part in parts)


def _in_zip(
    path: Path, above: tuple[str, ...], name: str, notes: list[str], others: list[Found]
) -> Iterator[Found]:
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
                    deeper = [m for m in inner.infolist() if SUFFIX_OF_ZIP.search(m.filename)]
            except Exception as error:
                text = message("{name} is no zip file that can be read ({error}).")
                notes.append(translated(text, name=shown, error=type(error).__name__))
                rest.append(member)
                continue
            if not inside:
                rest.append(member)
            elif deeper:
                notes.append(not_read(["/".join([shown, *_parts(each)]) for each in deeper]))
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
    return tuple(part for part in map(nfc, name.split("/")) if part not in ("", ".", ".."))


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


def by_submitters(found: list[Found], others: Sequence[Found]) -> list[Found]:
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


def folders_in(folder: Path) -> Iterator[str]:
    """Folders without a notebook are somebody who handed in something else."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and not path.name.startswith((".", "_")):
            yield nfc(path.name)


def below_folder(above: tuple[str, ...], found: Iterable[Found]) -> list[Found]:
    """What lies below a folder, from there."""
    n = len(above)
    return [(parts[n:], file) for parts, file in found if parts[:n] == above and len(parts) > n]


def beside(folder: Path, name: str) -> Path:
    """Where a list about the submissions lies: among them, or beside their zip file."""
    return folder / name if folder.is_dir() else folder.with_name(name)


def nfc(text: str) -> str:
    """A name as others write it: macOS takes letters apart from their accents."""
    return unicodedata.normalize("NFC", text)
