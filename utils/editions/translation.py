"""The catalogues of other languages, kept in step with the English, and what is made from them.

``course build`` writes every English message into ``locale/``. A translation of a sentence that
changed is kept, marked ``fuzzy``, with the sentence that it translates beside it.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import inspect
import itertools
import json
import re
from collections.abc import Callable, Iterator, Sequence
from html import escape, unescape
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import denormalize, normalize, read_po
from nbformat import NotebookNode

from utils import catalogue, files, translation
from utils.catalogue import Chapter
from utils.editions import release, source
from utils.editions.messages import Say, in_docstring, in_markdown, is_message, one_line, problems
from utils.execution.outcomes import ENDED, GARBLED, NOT_RUN
from utils.execution.runner import NO_INPUT, NO_TEXT
from utils.exercises.model import LEVELS
from utils.interview import bank

# A message: where it stands, and its text.
Entry = tuple[str, str]
WIDTH = 96
# Of a docstring in a cell, after its indentation; a Chinese character takes two columns.
DOCSTRING_WIDTH = 88
# The head of a file: nothing in it changes from one build to the next.
HEAD = """# Fill in msgstr; `course build --lang zh` keeps the English in step with the course.
msgid ""
msgstr ""
"Project-Id-Version: user-value-course\\n"
"PO-Revision-Date: 2026-01-01 00:00+0000\\n"
"Last-Translator: the authors of the course\\n"
"Language-Team: Chinese\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
# Where what is said about a figure stands.
FIGURE = "figure"
# Where messages stand, and the code that collects them.
SOURCES = {
    "utils": ("**/*.py", "**/*.jinja"),
    "solutions": ("**/*.py", "*.ipynb"),
    "notebooks": ("*.ipynb",),
    "datasets/questions": ("*.yaml",),
    "docs": ("*.md", "**/*.py", "**/*.jinja"),
}
# The sentences of a card in which values stand.
ON_A_CARD = (
    "{points} of {total} points",
    "{n} of {total} properties hold",
    "{chapter}: {passed} of {all} exercises passed, {points} of {total} points",
    "{rejected} of {total} wrong ones are rejected, {enough} are enough",
    "you reach {mine:.3f}, the baseline {base:.3f}, the reference {best:.3f}",
)
# The headings of the site's table of contents.
CAPTIONS = ("Chapters", "Questions", "Data", "For instructors")
DOCS = catalogue.ROOT / "docs"
FRONT = DOCS / "index.md"
# The catalogue of the instructor's guide.
GUIDE = "guide"
# Every exercise begins with such a line, which is one message for all.
LINE = "{level} · {minutes} min · {points} points"
EXERCISE_LINE = re.compile(r"(junior|mid|senior) · (\d+) min · (\d+) points?")


# ---- what there is to translate -------------------------------------------------------------


def messages() -> dict[str, list[Entry]]:
    """Every message of the course in the order of its source, by catalogue.

    Most of the time goes into importing every topic, so they are kept until a source changes.
    """
    kept = catalogue.ROOT / "build" / "messages.json"
    sources = _digest_of_sources()
    try:
        found = json.loads(kept.read_bytes())
        if found["sources"] == sources:
            return {name: [(at, text) for at, text in e] for name, e in found["messages"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    collected = _all_messages()
    with contextlib.suppress(OSError):
        new = {"sources": sources, "messages": collected}
        files.replace(kept, json.dumps(new, ensure_ascii=False))
    return collected


def _digest_of_sources() -> str:
    """What changes with every file that a message may come from, or that collects messages."""
    patterns = [(folder, pattern) for folder, each in SOURCES.items() for pattern in each]
    paths = (path for folder, each in patterns for path in (catalogue.ROOT / folder).glob(each))
    return files.digest(paths, catalogue.ROOT)


def _all_messages() -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {translation.INTERFACE: list(_interface())}
    for chapter in catalogue.chapters():
        found[chapter.topic] = list(_of_chapter(chapter))
    found["site"] = list(_of_page(FRONT))
    found[GUIDE] = list(itertools.chain.from_iterable(map(_of_page, guide())))
    for path in sorted((catalogue.ROOT / "datasets" / "questions").glob("*.yaml")):
        found[f"questions_{path.stem}"] = list(_questions(path))
    return {name: list(dict.fromkeys(entries)) for name, entries in found.items()}


def _collected(walk: Callable[[str, Say], str], text: str) -> list[str]:
    """The messages that a walk over a text comes across."""
    found: list[str] = []

    def say(message: str) -> str:
        found.append(message)
        return message

    walk(text, say)
    return found


def guide() -> list[Path]:
    """The pages of the instructor's guide: what is in ``docs/`` beside the front page."""
    return [page for page in sorted(DOCS.glob("*.md")) if page != FRONT]


def _of_page(page: Path) -> Iterator[Entry]:
    for text in _collected(in_markdown, page.read_text("utf-8")):
        yield page.stem, text


def _of_chapter(chapter: Chapter) -> Iterator[Entry]:
    """What stands in the notebook, then each exercise with the mistakes that it knows."""
    for cell in source.read(chapter.notebook).cells:
        if cell.cell_type == "markdown":
            for text in _collected(in_markdown, cell.source):
                if not EXERCISE_LINE.fullmatch(text):
                    yield "notebook", text
    for text in _figures(chapter):
        yield FIGURE, text
    if not chapter.has_exercises:
        return
    for exercise in catalogue.load(chapter.topic).values():
        for text in _collected(in_docstring, exercise.statement):
            yield _of(exercise.name), text
        for each in getattr(exercise, "properties", ()):
            yield f"property of {exercise.name}", each.reason
        for mistake in exercise.misconceptions:
            yield "name", mistake.__name__.replace("_", " ")
            for text in paragraphs(inspect.getdoc(mistake) or ""):
                yield f"misconception {mistake.__name__}", text
        for kind in ("defects", "mutants"):
            for name in getattr(exercise, kind, {}):
                yield "name", name.replace("_", " ")
    for text in problems(chapter.folder / "exercises.py"):
        yield "problem", text


def _figures(chapter: Chapter) -> Iterator[str]:
    """What is said in words about the figures of a chapter."""
    if chapter.solved.exists():
        for cell in source.read(chapter.solved).cells:
            for output in cell.get("outputs", []):
                if alt := _picture(output).get("alt"):
                    yield one_line(alt)


def _picture(output: NotebookNode) -> dict[str, str]:
    return output.get("metadata", {}).get("image/png", {})


def paragraphs(docstring: str) -> list[str]:
    """The paragraphs of a docstring that is prose, each on one line."""
    return [one_line(each) for each in docstring.split("\n\n")]


def _questions(path: Path) -> Iterator[Entry]:
    content = bank.read(path)
    for fields in [*content["questions"], *content["decisions"]]:
        name = fields["id"]
        for level, text in fields["answers"].items():
            yield f"{level} answer to {name}", one_line(text)
        for point in fields["rubric"]:
            for text in point.values():
                yield f"rubric of {name}", one_line(text)
        for text in fields["red_flags"]:
            yield f"red flag of {name}", one_line(text)
        for follow in fields.get("follow_ups", ()):
            for key in ("ask", "answer", "red_flag"):
                yield f"follow-up of {name}", one_line(follow[key])
        if "table" in fields:
            for text in map(str, [cell for row in fields["table"] for cell in row]):
                if is_message(text):
                    yield f"table of {name}", text
            yield f"source of {name}", one_line(fields["source"])


def _interface() -> Iterator[Entry]:
    """What the code says: every text that is handed to `translated`, and in templates to ``_``."""
    from babel.messages.extract import extract_from_file

    keywords = {"translated": None, "message": None, "_": None}
    marked = re.compile(rf"\b({'|'.join(keywords)})\(")
    for method, pattern in (("python", "**/*.py"), ("jinja2.ext:babel_extract", "**/*.jinja")):
        places = [
            *(catalogue.ROOT / "utils").glob(pattern),
            *catalogue.ROOT.glob(f"docs/{pattern}"),
        ]
        for path in sorted(places):
            # Most files say nothing, and reading them token by token is slow.
            if marked.search(path.read_text("utf-8")):
                for _, text, _, _ in extract_from_file(method, path, keywords):
                    yield "", str(text)
    yield from (("", text) for text in (LINE, *LEVELS, *CAPTIONS))
    yield from (("", text) for text in _collected(in_markdown, release.README))
    for outcome in (ENDED, GARBLED, NOT_RUN):
        assert outcome.failure
        yield "", outcome.failure.message
    yield from (("", text) for text in (NO_INPUT, NO_TEXT))
    holdouts = sorted((catalogue.ROOT / "utils" / "holdout").glob("*.py"))
    for text in itertools.chain.from_iterable(map(problems, holdouts)):
        yield "problem", text


# ---- the files ------------------------------------------------------------------------------


def languages() -> list[str]:
    """What the course is translated into: the languages that have a folder."""
    return [each for each in translation.FOLDERS if each != "en" and _folder(each).exists()]


def _folder(chosen: str) -> Path:
    return translation.file("", chosen).parent


def build(chosen: str) -> list[Path]:
    """Bring everything that is derived in a language up to date, and return what changed."""
    return [*update(chosen), *write(chosen)]


def update(chosen: str) -> list[Path]:
    """Bring the catalogues of a language in step with the English, and return what changed."""
    changed = []
    wanted = messages()
    for name, entries in wanted.items():
        path = translation.file(name, chosen)
        if files.update(path, text(updated(stored(path), entries), chosen)):
            changed.append(path)
    for path in _folder(chosen).glob("*.po"):
        if path.stem not in wanted:
            path.unlink()
            changed.append(path)
    return changed


def stored(path: Path) -> Catalog:
    """A catalogue as it is stored; an empty one where there is no file."""
    if not path.exists():
        return Catalog(charset="utf-8")
    with path.open("rb") as stream:
        found = read_po(stream, ignore_obsolete=True)
    for message in found:
        # Babel takes the former sentence for a remark of the translator.
        former = [each[1:].strip() for each in message.user_comments if each.startswith("|")]
        if former:
            message.previous_id = [denormalize("\n".join(former).removeprefix("msgid "))]
            message.user_comments = [e for e in message.user_comments if not e.startswith("|")]
    return found


def updated(old: Catalog, entries: Sequence[Entry]) -> Catalog:
    """A catalogue with these messages, and the translations that there are.

    Where a sentence changed, the translation of the most similar one stands there, marked fuzzy.
    """
    template = Catalog(charset="utf-8")
    for context, message in entries:
        template.add(message, context=context or None)
    former = {(each.context, each.id): each.previous_id for each in old}
    translations = {each.id: each.string for each in old if each.string and not each.fuzzy}
    old.update(template)
    for each in old:
        if each.id and each.fuzzy:
            if each.previous_id == [each.id] and each.id in translations:
                # The same sentence stood in another place.
                each.flags.discard("fuzzy")
                each.string, each.previous_id = translations[each.id], []
            elif not each.previous_id:
                each.previous_id = former.get((each.context, each.id)) or []
    return old


def text(found: Catalog, chosen: str) -> str:
    """A catalogue as it is stored: without dates, so that it changes when its words do."""
    parts = [HEAD.format(language=translation.FOLDERS[chosen])]
    for message in found:
        if message.id:
            parts.append(_entry(message))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def _entry(message: Message) -> str:
    lines = [f"# {each}" for each in message.user_comments]
    # Whoever sets braces in a translation must set the same ones.
    flags = sorted(message.flags - {"python-format", "python-brace-format"})
    lines += [f"#, {', '.join(flags)}"] if flags else []
    if message.fuzzy and message.previous_id:
        former = normalize(message.previous_id[0], width=WIDTH)
        lines += [f"#| {each}" for each in f"msgid {former}".splitlines()]
    if message.context:
        lines.append(f"msgctxt {normalize(message.context, width=0)}")
    lines.append(f"msgid {normalize(str(message.id), width=WIDTH)}")
    lines.append(f"msgstr {normalize(str(message.string or ''), width=WIDTH)}")
    return "\n".join(lines)


# ---- what is out of step --------------------------------------------------------------------


def stale(chosen: str) -> Iterator[tuple[Path, str]]:
    """The catalogues and notebooks of a language that ``course build --lang`` would change."""
    for name, entries in messages().items():
        path = translation.file(name, chosen)
        if not path.exists():
            yield path, "it has not been written"
        elif not _in_step(path, entries, chosen):
            yield path, "its English sentences are not those of the course"
    for path, english, new in _derived(chosen):
        if not path.exists() or path.read_text("utf-8") != new:
            yield path, f"it is not what {english.name} and the catalogues say"


def _in_step(path: Path, entries: Sequence[Entry], chosen: str) -> bool:
    found = _as_stored(path, path.stat().st_mtime_ns)
    there = [(each.context or "", str(each.id)) for each in found if each.id]
    # Only where a sentence is another one, a similar one is looked for.
    if there != list(entries) or any(each.fuzzy for each in found):
        found = updated(stored(path), entries)
    return text(found, chosen) == path.read_text("utf-8")


@functools.lru_cache(maxsize=64)
def _as_stored(path: Path, modified: int) -> Catalog:
    """A catalogue to read in, which is not changed."""
    return stored(path)


def _messages_of(path: Path) -> Iterator[Message]:
    return (each for each in _as_stored(path, path.stat().st_mtime_ns) if each.id)


def unfinished(chosen: str) -> Iterator[tuple[Path, str]]:
    """The messages that have no translation, or one of an older sentence."""
    for path in sorted(_folder(chosen).glob("*.po")):
        for message in _messages_of(path):
            if message.fuzzy or not message.string:
                what = "translates an older sentence" if message.fuzzy else "has no translation"
                yield path, f"“{message.id}” ({message.context or 'interface'}) {what}"


_CODE = re.compile(r"``(.+?)``|`([^`]+)`|<code>(.*?)</code>|(\$[^$]+\$)")
_LINK = re.compile(r"\]\(([^)\s]+)\)")
# A million is counted otherwise in Chinese: 20.9 million are 2,090 万.
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*(?! (?:million|billion))(?![.,\d])")


def mistakes(chosen: str) -> Iterator[tuple[Path, str]]:
    """What a translation says otherwise than its English sentence: code, numbers, links, names."""
    for path in sorted(_folder(chosen).glob("*.po")):
        for message in _messages_of(path):
            if message.string and not message.fuzzy:
                english = str(message.id)
                if message.context == "name":
                    # A name has no decimal point: 1.96 is "1 96" there.
                    english = re.sub(r"(\d) (\d)", r"\1.\2", english)
                for what in differences(english, str(message.string)):
                    yield path, f"“{message.id}” ({message.context or 'interface'}): {what}"


def differences(english: str, other: str) -> Iterator[str]:
    """In what a translation must be like its English sentence, and is not.

    Examples
    --------
    >>> list(differences("`k` is 3 at most", "`k` 最多为 3")), list(differences("{n} days", "天"))
    ([], ['{n} is missing'])
    >>> list(differences("20.9 million rows in 2 files", "2 个文件，2,090 万行"))
    []
    """
    if "\n" in other:
        yield "it is more than one line"
    for what, found in (
        ("", lambda text: sorted({"".join(each) for each in _CODE.findall(text)})),
        ("the link to ", lambda text: sorted(_LINK.findall(text))),
        ("", lambda text: sorted(set(re.findall(r"\{\w*[^{}\s]*\}", _CODE.sub("", text))))),
    ):
        mine, theirs = found(english), found(other)
        yield from (f"{what}{each} is missing" for each in mine if each not in theirs)
        yield from (f"{what}{each} is too much" for each in theirs if each not in mine)
    plain = _LINK.sub("]", _CODE.sub(" ", other))
    # "1 over n" is a reciprocal, which has a word of its own.
    counted = _LINK.sub("]", _CODE.sub(" ", english)).replace("1 over ", "")
    numbers = set(_NUMBER.findall(counted))
    yield from (f"{each} is missing" for each in sorted(numbers - set(_NUMBER.findall(plain))))
    # The title of a book or a paper stays as it is.
    words = re.sub(r"\*[^*]+\*|[“\"][A-Z][^”\"]+[”\"]", " ", plain.replace("**", ""))
    if re.search(r"[a-z]+(?: [a-z]+){5}", words):
        yield "an English sentence is left"
    # A tuple is code, whatever its parts are called.
    running = re.sub(r"\([^()]*\)", " ", plain)
    if slip := re.search(r"[\u4e00-\u9fff][,;:?!]|[０-９Ａ-Ｚａ-ｚ]", running):
        yield f"“{slip[0]}”: Chinese has full-width punctuation, and half-width figures"
    if slip := re.search(r"[\u4e00-\u9fff][A-Za-z0-9]|[A-Za-z0-9][\u4e00-\u9fff]", plain):
        yield f"“{slip[0]}”: a space stands between Chinese and Latin"


# ---- the notebooks and the guide ------------------------------------------------------------


def _derived(chosen: str) -> Iterator[tuple[Path, Path, str]]:
    """Each file that is kept in a language, what it is derived from, and its text."""
    for chapter in catalogue.chapters():
        book = learner(chapter, chosen)
        yield learners(chapter, chosen), chapter.notebook, source.text(book)
    for page in guide():
        yield DOCS / chosen / page.name, page, _page(page, chosen)


def _page(page: Path, chosen: str) -> str:
    """A page of the guide in a language; what has no translation is in English."""
    known = translation.entries(GUIDE, chosen)
    text = page.read_text("utf-8")
    return in_markdown(text, lambda message: known.get((page.stem, message), message))


def learners(chapter: Chapter, chosen: str) -> Path:
    """Where the learner's notebook of a language is."""
    return catalogue.NOTEBOOKS / chosen / chapter.notebook.name


def learner(chapter: Chapter, chosen: str) -> NotebookNode:
    """The learner's notebook in a language; what has no translation is in English."""
    return _in_language(source.learner_edition(chapter), chapter, chosen)


def solved(chapter: Chapter, chosen: str) -> NotebookNode:
    """The solved notebook in a language, with the outputs of the English one.

    Of the outputs only the cards of checks and what is said about a figure are translated.
    """
    book = _in_language(source.read(chapter.solved), chapter, chosen)
    known = translation.entries(chapter.topic, chosen)
    everywhere = translation.entries(translation.INTERFACE, chosen)
    for cell in book.cells:
        check = re.fullmatch(r"check\((\w+)\)", cell.source.strip())
        for output in cell.get("outputs", []):
            if alt := _picture(output).get("alt"):
                _picture(output)["alt"] = known.get((FIGURE, one_line(alt)), alt)
            page = output.get("data", {}).get("text/html")
            if check and page:
                said = {text: new for (at, text), new in everywhere.items() if not at}
                place = f"property of {check[1]}"
                said |= {text: new for (at, text), new in known.items() if at == place}
                output["data"]["text/html"] = _retold(page, said)
    return book


def _retold(page: str, known: dict[str, str]) -> str:
    """A card in another language: whatever stands between its tags."""

    def say(found: re.Match[str]) -> str:
        text = unescape(found[1])
        message = text.strip()
        new = known.get(message)
        for template in () if new else ON_A_CARD:
            fields = re.sub(r"\\\{(\w+)[^{}]*\\\}", r"(?P<\1>[^<>]+?)", re.escape(template))
            if values := re.fullmatch(fields, message):
                new = re.sub(r":\.3f", "", known.get(template, template)).format(
                    **values.groupdict()
                )
        return f">{text.replace(message, escape(new, quote=False))}<" if new else found[0]

    return re.sub(r">([^<>]*[^<>\s][^<>]*)(?=<)<", say, page)


def write(chosen: str) -> list[Path]:
    """Write the learner's notebooks and the guide of a language, and return those that changed."""
    changed: list[Path] = []
    known: set[Path] = set()
    for path, _, new in _derived(chosen):
        known.add(path)
        if files.update(path, new):
            changed.append(path)
    for folder, pattern in ((catalogue.NOTEBOOKS, "*.ipynb"), (DOCS, "*.md")):
        for path in (folder / chosen).glob(pattern):
            if path not in known:
                path.unlink()
                changed.append(path)
    return changed


def write_solved(folder: Path, chosen: str) -> None:
    """Write the solved notebooks of a language into a folder."""
    for chapter in catalogue.chapters():
        files.replace(folder / chapter.solved.name, source.text(solved(chapter, chosen)))


def _in_language(book: NotebookNode, chapter: Chapter, chosen: str) -> NotebookNode:
    known = translation.entries(chapter.topic, chosen)
    everywhere = translation.entries(translation.INTERFACE, chosen)
    reference = source.reference_of(chapter)
    names = reference.names if reference else []
    for cell in book.cells:
        if cell.cell_type == "markdown":
            cell.source = in_markdown(cell.source, lambda text: _said(text, known, everywhere))
            # One folder further from the data cards and from the rest of the course.
            cell.source = cell.source.replace("](../", "](../../")
        elif any(f"def {name}(" in cell.source for name in names):
            cell.source = _docstrings(cell.source, names, known)
    return book


def _said(text: str, known: dict[Entry, str], everywhere: dict[Entry, str]) -> str:
    """What a message of a notebook is in a language."""
    if line := EXERCISE_LINE.fullmatch(text):
        level, minutes, points = line.groups()
        said = everywhere.get(("", LINE), LINE)
        level = everywhere.get(("", level), level)
        return said.format(level=level, minutes=minutes, points=points)
    return known.get(("notebook", text), text)


def _docstrings(code: str, names: Sequence[str], known: dict[Entry, str]) -> str:
    """Code in which the docstrings of some functions are in another language."""
    lines = code.split("\n")
    for node in reversed(ast.parse(code).body):
        if isinstance(node, ast.FunctionDef) and node.name in names and ast.get_docstring(node):
            first, last = node.body[0].lineno - 1, node.body[0].end_lineno
            known_here = {text: said for (at, text), said in known.items() if at == _of(node.name)}
            lines[first:last] = _docstring("\n".join(lines[first:last]), known_here)
    return "\n".join(lines)


def stub(topic: str, name: str) -> str:
    """The stub of an exercise, its statement in the language that is spoken."""
    code = source.Reference(catalogue.chapter(topic).reference).stub(name)
    spoken = translation.language()
    return code if spoken == "en" else _docstrings(code, [name], translation.entries(topic, spoken))


def _of(name: str) -> str:
    return f"statement of {name}"


def _docstring(written: str, known: dict[str, str]) -> list[str]:
    """The lines of a docstring as it stands in the code, in another language."""
    opening, inner = written.split('"""', 1)
    text = inspect.cleandoc(inner.rsplit('"""', 1)[0])
    new = in_docstring(text, lambda message: known.get(message, message), DOCSTRING_WIDTH)
    indent = " " * (len(opening) - len(opening.lstrip(" ")))
    first, *rest = new.split("\n")
    if not rest:
        return [f'{opening}"""{first}"""']
    rest = [indent + line if line else "" for line in rest]
    return [f'{opening}"""{first}', *rest, f'{indent}"""']
