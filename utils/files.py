"""Files: JSON lines, appended to and read past whatever is damaged; others, whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from utils.refused import Refused

# Windows would otherwise write other line ends than it was given.
_BYTES = getattr(os, "O_BINARY", 0)


def append(file: Path, fields: dict[str, Any]) -> None:
    """Add one line. Several processes may append at once: a line is one write.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    line = json.dumps(fields, ensure_ascii=False) + "\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    with _named(file):
        _append(file, line)


def _append(file: Path, line: str) -> None:
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | _BYTES, 0o644)
    try:
        # Whatever a stop cut short keeps its own line, and costs no other. A line that another
        # process has half written looks the same: that leaves an empty line, which reading skips.
        if os.lseek(descriptor, 0, os.SEEK_END):
            os.lseek(descriptor, -1, os.SEEK_END)
            if os.read(descriptor, 1) != b"\n":
                line = "\n" + line
        write_whole(descriptor, line.encode())
    finally:
        os.close(descriptor)


def write_whole(descriptor: int, content: bytes) -> None:
    """Write all of it: a disk that fills up takes a part first, and the rest is the error."""
    left = memoryview(content)
    while left:
        left = left[os.write(descriptor, left) :]


@contextlib.contextmanager
def _named(file: Path) -> Iterator[None]:
    """Errors name the file, and no draft of it: what is written has no name of its own."""
    try:
        yield
    except OSError as error:
        error.filename = str(file)
        raise


def read(file: Path) -> list[dict[str, Any]]:
    """The lines of a file that hold a JSON object; none when there is no file."""
    if not file.exists():
        return []
    return [fields for line in file.read_bytes().splitlines() if (fields := _fields(line))]


def _fields(line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except ValueError:
        return {}
    return fields if isinstance(fields, dict) else {}


def replace(file: Path, content: str | bytes, *, private: bool = False) -> None:
    """Write a file whole or not at all; a ``private`` one for nobody else to read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.{os.getpid()}.part")
    with _named(file):
        try:
            draft.touch(0o600 if private else 0o666)
            draft.write_bytes(content.encode() if isinstance(content, str) else content)
            draft.replace(file)
        except OSError:
            draft.unlink(missing_ok=True)
            raise


def update(file: Path, content: str) -> bool:
    """Write a text unless the file holds it already, and say whether it was written."""
    if file.exists() and file.read_text("utf-8") == content:
        return False
    replace(file, content)
    return True


def digest(paths: Iterable[Path], root: Path) -> str:
    """A number that changes with the names below ``root``, or the contents, of some files."""
    found = hashlib.sha256()
    for path in sorted(set(paths)):
        found.update(path.relative_to(root).as_posix().encode() + b"\0")
        found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


@contextlib.contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """A folder to write into, which becomes ``folder`` whole or not at all.

    Raises
    ------
    Refused
        When ``folder`` holds something, or it cannot be written. Nothing of it is there then.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Refused(f"{folder} holds something: give the name of a new folder.")
    with contextlib.ExitStack() as draft:
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            place = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
            draft.callback(shutil.rmtree, place, ignore_errors=True)
            yield place
            place.chmod(0o755)
            if folder.exists():
                folder.rmdir()
            place.rename(folder)
        except OSError as error:
            raise Refused(
                f"{folder} cannot be written ({error.strerror}), and nothing of it is there: "
                "make room, or give another place."
            ) from None


def remove_others(folder: Path, pattern: str, kept: Collection[Path]) -> None:
    """Remove the files that a pattern finds below a folder and that are not kept.

    A folder that has nothing in it after that is removed too.
    """
    for file in sorted(folder.glob(pattern)):
        if file not in kept:
            file.unlink()
            if file.parent != folder and not any(file.parent.iterdir()):
                file.parent.rmdir()
