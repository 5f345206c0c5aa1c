"""Who handed in what: folders, zip files and names that learning platforms give, to learners."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from utils.grading import budget
from utils.grading.assignment import FIRST, LATEST
from utils.grading.handed_in import (
    MOST_NAMED,
    SUFFIX,
    File,
    Found,
    below_folder,
    beside,
    by_submitters,
    folders_in,
    found_in,
    not_read,
)
from utils.grading.owners import (
    CANVAS,
    MOODLE,
    Paths,
    Placed,
    all_placed,
    placed_by_name,
    platforms_of,
)
from utils.grading.policy import Adjustment, Lateness
from utils.grading.roster import ROSTER, CannotGrade, Learner, Roster
from utils.grading.versions import chapter_in
from utils.translation import first_of, message, translated

# The folder in which nbgrader collects, and all of one of its courses.
COLLECTED = "submitted"
NBGRADER = frozenset({COLLECTED, "source", "release", "autograded", "feedback"})


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
    others: list[Found] = []
    found = by_submitters(list(found_in(folder, notes, others)), others)
    others = [each for each in others if not out or out not in Path(each[1].path).parents]
    roster = Roster.read(beside(folder, ROSTER))
    above, folders = _root(folder, found, roster)
    folders = [name for name in folders if not out or (folder / name).resolve() != out.resolve()]
    found, others = below_folder(above, found), below_folder(above, others)
    if not found and not folders:
        raise CannotGrade(
            " ".join(
                [
                    f"{folder} holds no notebook: a learner's is NAME.ipynb, or in NAME/.",
                    *notes[first:],
                ]
            )
        )
    platforms = platforms_of(parts[0] for parts, _ in found)
    placed = all_placed(found)
    if roster.learners:
        by_path = [(p, each) for (p, _), each in zip(found, placed, strict=True)]
        paths = Paths(roster, by_path, platforms)
        placed = [paths.given(p, each) for p, each in by_path]
        unread = [paths.given(p, placed_by_name(p, file, platforms)) for p, file in others]
    else:
        unread = [placed_by_name(p, file, platforms) for p, file in others]
    # Their names on the disk.
    occupied = {file.name.split("/")[len(above)] for _, file in found}
    occupied |= {p[0] for (p, _), each in zip(others, unread, strict=True) if each.note}
    learners = _by_learner(roster, placed, folders, occupied)
    notes += _of_nobody(learners) if roster.learners else _perhaps_classes(learners)
    handed_in = [
        each for learner, mine in learners for each in _attempts(learner, mine, counts, allowed)
    ]
    of_several, of_unread = _of_several(placed), _not_read_of(roster, unread)
    for each in handed_in:
        each.notes += of_several.get(each.learner.key, [])
        if not each.files:
            each.notes += of_unread.get(each.learner.key, [])
    return handed_in


def _root(
    folder: Path, found: Sequence[Found], roster: Roster
) -> tuple[tuple[str, ...], list[str]]:
    """The folders above those of the learners, and the names of all learners' folders."""
    tops = {parts[0] for parts, _ in found if len(parts) > 1}
    flat = any(len(parts) == 1 for parts, _ in found)
    above: tuple[str, ...] = ()
    if COLLECTED in tops and not flat and tops <= NBGRADER:
        above = (COLLECTED,)
    elif len(tops) == 1 and not flat and len(list(folders_in(folder))) <= 1:
        inside = [(parts[1:], file) for parts, file in found]
        above = (next(iter(tops)),) if _is_class(inside, folder.is_file(), roster) else ()
    return above, list(folders_in(folder.joinpath(*above)))


def _is_class(inside: Sequence[Found], zipped: bool, roster: Roster) -> bool:
    """Whether what lies in the one folder at the top is of several learners.

    So it is in what a platform's zip file unpacks to, where the roster knows most of them, and in
    a zip file of a folder: who zips a class has its folder in it.
    """
    names = {parts[0] for parts, _ in inside}
    if any(CANVAS.match(SUFFIX.sub("", name)) or MOODLE.match(name) for name in names):
        return True
    placed = zip(all_placed(inside), inside, strict=True)
    learners = {each.key: (each, parts[0]) for each, (parts, _) in placed}
    known = [
        key
        for key, (each, part) in learners.items()
        if roster.find(each.words) or len(roster.named_in(SUFFIX.sub("", part), short=True)) == 1
    ]
    if 2 * len(known) > len(learners):
        return True
    chapters = any(chapter_in(key) for key in learners)
    return zipped and len(learners) > 1 and not chapters


def _by_learner(
    roster: Roster, placed: Sequence[Placed], folders: Sequence[str], occupied: Collection[str]
) -> list[tuple[Learner, list[Placed]]]:
    """Everybody on the roster, then whoever handed in without being on it."""
    mine: dict[str, list[Placed]] = {}
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


def _of_nobody(learners: Sequence[tuple[Learner, Sequence[Placed]]]) -> list[str]:
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


def _perhaps_classes(learners: Sequence[tuple[Learner, Sequence[Placed]]]) -> list[str]:
    """What is said where one learner has what several may have handed in; no roster tells."""
    names = [each.key for each, mine in learners if _is_perhaps_a_class(mine)]
    if not names:
        return []
    text = message(
        "Taken for one learner's: all that lies in {names}. If it is a class, give a {roster}, or "
        "that folder by itself."
    )
    return [translated(text, names=first_of(names, MOST_NAMED), roster=ROSTER)]


def _is_perhaps_a_class(placed: Sequence[Placed]) -> bool:
    """Whether two are of one chapter, or two in folders, or of Canvas' form, of none."""
    works = {each.what for each in placed}
    chapters = [chapter_in(each) for each in works]
    folders = {each.rpartition("/")[0] for each in works if not chapter_in(each)}
    of_canvas = any(each.aliases for each in placed) and chapters.count("") > 1
    return len(set(chapters) - {""}) < len(chapters) - chapters.count("") or (
        len(folders - {""}) > 1 or of_canvas
    )


def _of_several(placed: Iterable[Placed]) -> dict[str, list[str]]:
    """What is said to each learner of files that are nobody's and may be hers."""
    notes: dict[str, list[str]] = {}
    for each in placed:
        for learner in each.several:
            notes.setdefault(learner.key, []).append(each.note)
    return notes


def _not_read_of(roster: Roster, unread: Iterable[Placed]) -> dict[str, list[str]]:
    """What is said to learners without a notebook: what else they handed in."""
    names: dict[str, list[str]] = {}
    for each in unread:
        key = (roster.find(each.words) or each).key
        names.setdefault(key, []).append(each.file.name)
    return {key: [not_read(files)] for key, files in names.items()}


def _attempts(
    learner: Learner, placed: Sequence[Placed], counts: str, allowed: int | None
) -> list[Submission]:
    """The attempts that may count; where one counts whatever its marks, that one."""
    versions: dict[str, list[Placed]] = {}
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


def _by_date(each: Placed) -> tuple[str, int, float]:
    """Where all versions have a time in their names it says more than their numbers."""
    number, moment, modified = each.version
    return moment, number, modified


def _submission(
    learner: Learner,
    versions: Mapping[str, Sequence[Placed]],
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
