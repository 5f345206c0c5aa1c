"""Whose a notebook is: by how platforms name files, and by what of a roster is in its path."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from utils.grading.handed_in import MOST_NAMED, SUFFIX, File, Found
from utils.grading.roster import DETAILS, SHORTEST_NUMBER, SURE_NUMBER, Learner, Roster
from utils.grading.versions import (
    AGAIN,
    LATE,
    LATE_RANK,
    VERSION_ALONE,
    WHOLE,
    chapter_in,
    learner_of,
    spoken_time,
    version_of,
)
from utils.translation import first_of, message, translated

# smithjohn_LATE_12345_67890_x-1.ipynb, and the same for a folder that was zipped.
CANVAS = re.compile(
    r"^(?P<name>[^_]+)(?P<late>_LATE)?_(?P<user>[1-9]\d+)_(?P<submission>[1-9]\d*)_(?P<file>.+)$"
)
# Mei Lin_123_assignsubmission_file_x.ipynb, or a folder of that name.
MOODLE = re.compile(r"^(?P<name>.+?)_(?P<user>\d+)_assignsubmission_\w+?_(?P<file>.*)$")
# How Google names what a learner copied, where no name is in it.
COPY_OF = re.compile(r"(copy of ?)+", re.IGNORECASE)
# The names of more others in one person's folder are those of a class, whose files she collected.
MOST_OTHERS = 1


@dataclass(frozen=True)
class Placed:
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


def all_placed(found: Iterable[Found]) -> list[Placed]:
    """Whose every notebook is, for which one has to see them all."""
    found = list(found)
    platforms = platforms_of({parts[0] for parts, _ in found})
    return _not_somebody_else([placed_by_name(parts, file, platforms) for parts, file in found])


def platforms_of(names: Iterable[str]) -> tuple[re.Pattern[str], ...]:
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
    return len(people) > 1 or len(works) < 2 or all(map(chapter_in, works))


def placed_by_name(
    parts: Sequence[str], file: File, platforms: Sequence[re.Pattern[str]]
) -> Placed:
    """A notebook by its name alone: in the form of a platform, in a folder, or by itself."""
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
            return Placed(file, said["name"], (said["user"],), what, version, late)
    if len(parts) > 1:
        what, version = version_of("/".join([*parts[1:-1], file.stem]), file.modified)
        version = (version[0], version[1] or spoken_time(first), version[2])
        return Placed(file, first, (), what, version, late)
    stem, version = version_of(first, file.modified)
    if stem in (WHOLE, chapter_in(stem)):
        # What looks like a date is the number of a student: there is no other name.
        stem, version = version_of(first, file.modified, dated=False)
    version = (version[0], version[1] or spoken_time(first), version[2])
    # A number at the end of a flat name may be part of the learner's own.
    numbered = stem != first and VERSION_ALONE.search(first)
    key = learner_of(stem if (late or numbered or chapter_in(stem)) else first)
    if COPY_OF.fullmatch(key):
        # It says no name, and several people call their copies so.
        return Placed(file, first, (), chapter_in(stem) or WHOLE, version, late)
    return Placed(file, key, (first,), chapter_in(stem) or WHOLE, version, late)


def _not_somebody_else(placed: Sequence[Placed]) -> list[Placed]:
    """A flat name that was taken apart is nobody's who handed in under her plain name."""
    plain = {p.key for p in placed if p.aliases[:1] == (p.key,) or not p.aliases}
    return [
        replace(p, key=p.aliases[0], what=WHOLE)
        if p.key in plain and p.aliases and p.aliases[0] != p.key and chapter_in(p.aliases[0])
        else p
        for p in placed
    ]


class Paths:
    """Whose each notebook is by what of a roster stands in its path, wherever it lies."""

    def __init__(
        self,
        roster: Roster,
        placed: Iterable[tuple[tuple[str, ...], Placed]],
        platforms: Sequence[re.Pattern[str]],
    ) -> None:
        self._roster = roster
        self._platforms = platforms
        self._known: dict[tuple[str, bool], list[Learner]] = {}
        # As long as no collection is known, a folder is hers whom it names.
        self._collected: dict[tuple[str, ...], frozenset[str]] = {}
        self._collected = self._collections(placed)

    def given(self, parts: tuple[str, ...], each: Placed) -> Placed:
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
        placed = placed_by_name(below, each.file, self._platforms)
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

    def _of_nobody_named(self, parts: tuple[str, ...], each: Placed) -> Placed:
        """A notebook that names nobody; who collected a class has there what has no other name."""
        n = max((len(p) for p in self._collected if parts[: len(p)] == p), default=0)
        below = parts[n:]
        collectors = self._named_by(parts[n - 1], is_first=n == 1) if n else []
        stem = version_of(SUFFIX.sub("", below[-1]), 0.0)[0]
        if len(collectors) == len(below) == 1 and stem in (WHOLE, chapter_in(stem)):
            note = _named_note(each.file.name, collectors[0], parts[n - 1])
            return replace(each, key=collectors[0].key, aliases=(), what=stem, note=note)
        if n and self._roster.find(each.words):
            each = replace(each, key=SUFFIX.sub("", "/".join(parts)), aliases=())
        names = [learner.name for learner in self._roster.resembled_by("/".join(below))]
        people = first_of(names, MOST_NAMED)
        said = translated("By its name it may be of {people}.", people=people) if names else ""
        return replace(each, note=said)

    def _weighed(self, parts: tuple[str, ...], each: Placed) -> list[tuple[int, list[Learner]]]:
        """Whom which part of a path names.

        A short number counts where nothing else does: it may be that of a class or of a task too.
        """
        named = [(at, people) for at, people in enumerate(self._named(parts, each)) if people]
        return [each for each in named if not _is_short_number(parts[each[0]])] or named[:1]

    def _is_beyond_doubt(self, learner: Learner, part: str, each: Placed) -> bool:
        """Whether a part is her own name, or has in it a long number, which is nobody else's."""
        if _has_number_of_platform(each) and learner.details.get("name"):
            return self._roster.find([each.key]) == learner
        words = [each.key, *each.aliases]
        is_number = learner.key.isdigit() and len(learner.key) >= SURE_NUMBER
        return self._roster.find(words) == learner or (is_number and learner.key in part)

    def _is_of_platform(self, part: str) -> bool:
        return any(pattern.match(part) for pattern in self._platforms)

    def _of_several(
        self, parts: tuple[str, ...], each: Placed, people: Sequence[Learner]
    ) -> Placed:
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

    def _named(self, parts: tuple[str, ...], each: Placed) -> Iterator[list[Learner]]:
        """Whom each part of a path names."""
        collectors: list[Learner] = []
        theirs: Collection[str] = ()
        is_below = False
        for at, part in enumerate(parts):
            people = self._by_platform(part, each) if at == 0 else []
            people = people or self._named_by(part, is_first=at == 0)
            if is_below and not people:
                # In somebody's folder the name of another one may be hidden in a longer word.
                people = self._roster.within(part)
            is_below |= bool(people)
            if keys := self._collected.get(parts[: at + 1]):
                collectors, theirs, people = people, keys, []
            elif collectors and not {who.key for who in people} <= {*theirs}:
                # Who has a place of her own may not know what lies in that of another one.
                people = [*collectors, *people]
            yield people
            if self._is_of_platform(part):
                # A platform says whose this is: what lies in it may be called anything.
                return

    def _by_platform(self, part: str, each: Placed) -> list[Learner]:
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

    def _collections(
        self, placed: Iterable[tuple[tuple[str, ...], Placed]]
    ) -> dict[tuple[str, ...], frozenset[str]]:
        """Folders that name somebody, in which lie the files of several others; and of whom.

        Somebody of the class has collected them, and the folder bears her name. Who has a place of
        her own is none of them: nobody puts files under the names of others in hers.
        """
        own: set[str] = set()
        others: dict[tuple[str, ...], set[str]] = {}
        collectors: dict[tuple[str, ...], set[str]] = {}
        for parts, each in placed:
            named = self._weighed(parts, each)
            if named and len(named[0][1]) == 1:
                own.add(named[0][1][0].key)
            for i, (at, here) in enumerate(named):
                below = next((people for _, people in named[i + 1 :] if len(people) == 1), [])
                keys = {who.key for who in here}
                if theirs := {who.key for who in below} - keys:
                    others.setdefault(parts[: at + 1], set()).update(theirs)
                    collectors[parts[: at + 1]] = keys
        return {
            place: frozenset(keys - own | collectors[place])
            for place, keys in others.items()
            if len(keys) > MOST_OTHERS
        }


def _has_number_of_platform(each: Placed) -> bool:
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
