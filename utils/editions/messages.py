"""What of the course is translated, message by message, and the same text in other words.

A message is a block of Markdown (a heading, a paragraph, an item of a list, a row of a table, the
text of a hint), a paragraph of a docstring, or a sentence that a check says. Code, formulas, names,
types and examples are no messages. One walk does both: it hands each message to ``say`` and puts
what that returns in its place, so that what is collected is what is replaced.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from utils import output

Say = Callable[[str], str]

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_BLOCK_TAGS = re.compile(r"(</?(?:details|summary|p|div|ul|ol|li|table|tr|td|th)\b[^>]*>)")
# What is left of a message without these says whether there is anything to translate.
_NOT_WORDS = re.compile(
    r"`[^`]*`|\$\$[^$]*\$\$|\$[^$]*\$|<code>.*?</code>|<[^>]*>|\]\([^)]*\)|:\w+:"
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def is_message(text: str) -> bool:
    """Whether there are words to translate in a text.

    Examples
    --------
    >>> is_message("It is `n`."), is_message("$x = y$"), is_message("推荐 5 个商品。")
    (True, False, False)
    """
    words = re.search(r"[A-Za-z]{2}", _NOT_WORDS.sub("", text))
    if not _CHINESE.search(text):
        return words is not None
    # An English sentence may have a Chinese term in it, and a Chinese one two English words.
    return re.search(r"[A-Za-z]+ [a-z]+ [a-z]+", _NOT_WORDS.sub("", text)) is not None


def one_line(text: str) -> str:
    """A message as a catalogue holds it: where its source breaks lines does not matter."""
    return " ".join(text.split())


# ---- Markdown -------------------------------------------------------------------------------


def in_markdown(text: str, say: Say) -> str:
    r"""Markdown with every message replaced by what ``say`` returns for it.

    Parameters
    ----------
    text : str
        A block of which nothing changes is left as it is, line breaks included.
    say : callable
        Takes a message on one line.

    Examples
    --------
    >>> print(in_markdown("# A title\n\n- one\n  item\n- `x = 1`", str.upper))
    # A TITLE
    <BLANKLINE>
    - ONE ITEM
    - `x = 1`
    """
    lines = text.split("\n")
    changed: list[tuple[int, int, list[str]]] = []
    quoted_until = 0
    row_until = 0
    for token in _MARKDOWN.parse(text):
        first, last = token.map or (0, 0)
        if token.type == "blockquote_open" and _CHINESE.search("\n".join(lines[first:last])):
            # A question that stands there in both languages.
            quoted_until = last
        if token.map is None or first < max(quoted_until, row_until):
            continue
        if token.type == "html_block":
            changed.append((first, last, _html("\n".join(lines[first:last]), say).split("\n")))
        elif token.type == "tr_open":
            row_until = last
            changed.append((first, last, _said(lines[first:last], "", lines[first].strip(), say)))
        elif token.type == "inline":
            changed.append((first, last, _paragraph(lines[first:last], token, say)))
    for first, last, new in reversed(changed):
        lines[first:last] = new
    return "\n".join(lines)


def _paragraph(lines: list[str], token: Token, say: Say) -> list[str]:
    """A heading, or a paragraph, after whatever marks it as part of a list or a quotation."""
    head = token.content.split("\n", 1)[0].strip()
    at = lines[0].find(head)
    return _said(lines, lines[0][:at], token.content, say)


def _said(lines: list[str], prefix: str, content: str, say: Say) -> list[str]:
    message = one_line(content)
    new = say(message) if is_message(message) else message
    return lines if new == message else [prefix + new]


def _html(text: str, say: Say) -> str:
    """A block of HTML, of which the text between the tags of blocks is translated."""
    parts = _BLOCK_TAGS.split(text)
    for i in range(0, len(parts), 2):
        message = one_line(parts[i])
        if message and is_message(message) and (new := say(message)) != message:
            before, after = re.match(r"\s*", parts[i]), re.search(r"\s*$", parts[i])
            assert before and after
            parts[i] = before[0] + new + after[0]
    return "".join(parts)


# ---- docstrings -----------------------------------------------------------------------------

_HEADED = ("Parameters", "Returns", "Raises", "Yields", "Attributes")
_ITEM = re.compile(r"(?:[-*]|\d+\.) ")


def in_docstring(text: str, say: Say, width: int = 0) -> str:
    """A numpydoc docstring with every message replaced by what ``say`` returns for it.

    Names, types, headings of sections, formulas and examples are left as they are.

    Parameters
    ----------
    text : str
        As `inspect.getdoc` returns it.
    say : callable
        Takes a message on one line.
    width : int
        Where lines of a message that changed are broken; by default nowhere. A Chinese character
        counts as two.
    """
    lines = text.split("\n")
    written: list[str] = []
    section, at = "", 0
    while at < len(lines):
        line = lines[at]
        indent = len(line) - len(line.lstrip())
        following = lines[at + 1] if at + 1 < len(lines) else ""
        if re.fullmatch(r"-{3,}|={3,}", following.strip()) and line.strip():
            section = line.strip()
            written += [line, following]
            at += 2
        elif not line.strip() or (section in _HEADED and indent == 0):
            written.append(line)
            at += 1
        else:
            end = _end_of_block(lines, at, indent)
            written += _docstring_block(lines[at:end], indent, say, width)
            at = end
    return "\n".join(written)


def _end_of_block(lines: list[str], at: int, indent: int) -> int:
    """Where a paragraph, an item, a directive or an example ends."""
    if lines[at].lstrip().startswith(".. "):
        # A directive goes on as long as lines are further to the right.
        end = at + 1
        while end < len(lines) and (not lines[end].strip() or _indent(lines[end]) > indent):
            end += 1
        while not lines[end - 1].strip():
            end -= 1
        return end
    end = at + 1
    is_example = lines[at].lstrip().startswith(">>>")
    while end < len(lines) and lines[end].strip():
        if not is_example and (
            _ITEM.match(lines[end].lstrip())
            or lines[end].lstrip().startswith((".. ", ">>>"))
            or _indent(lines[end]) < indent
        ):
            break
        end += 1
    return end


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _docstring_block(lines: list[str], indent: int, say: Say, width: int) -> list[str]:
    head = lines[0].lstrip()
    message = one_line(" ".join(lines))
    if head.startswith((".. ", ">>>")) or not is_message(message):
        return lines
    mark = found.group() if (found := _ITEM.match(head)) else ""
    message = message.removeprefix(mark)
    new = say(message)
    if new == message:
        return lines
    broken = broken_lines(new, width - indent - len(mark)) if width else [new]
    rest = " " * (indent + len(mark))
    return [" " * indent + mark + broken[0], *(rest + each for each in broken[1:])]


# What no line begins with, and what no line ends with.
_CLOSING, _OPENING = "，。、；：？！）】》”’…,.;:?!)]}%", "（【《“‘([{"

_WIDE = "\u3000-\u9fff\uff00-\uffef"
# Code, a role or a link with its text, a space, a Chinese character, a word.
_ROLE = ":[a-z]+:`"
_PIECES = re.compile(
    rf"``.*?``\S?|(?::[a-z]+:)?`[^`]*`_{{0,2}}|[ ]|[{_WIDE}]|(?:(?!{_ROLE})[^\s`{_WIDE}])+|."
)


def broken_lines(text: str, width: int) -> list[str]:
    """Text in lines of at most ``width`` columns, broken at spaces and between Chinese characters.

    Examples
    --------
    >>> broken_lines("评分是整数，``0 0`` 表示没有评分。", 14)
    ['评分是整数，', '``0 0`` 表示没', '有评分。']
    """
    found: list[str] = []
    for whole in (match.group() for match in _PIECES.finditer(text)):
        # Code that is longer than a line is broken all the same; a formula is not.
        too_long = whole.startswith("`") and output.cells(whole) > width
        found += re.split("( )", whole) if too_long else [whole]
    pieces: list[str] = []
    for piece in found:
        glued = pieces and (piece[0] in _CLOSING or pieces[-1][-1] in _OPENING)
        if glued and piece != " " and pieces[-1] != " ":
            pieces[-1] += piece
        else:
            pieces.append(piece)
    lines, used = [""], 0
    for piece in pieces:
        columns = output.cells(piece)
        if used + columns > width and lines[-1].strip():
            lines.append("")
            used = 0
        if piece == " " and not lines[-1]:
            continue
        lines[-1] += piece
        used += columns
    return [line.rstrip() for line in lines if line.strip()]


# ---- sentences in code ----------------------------------------------------------------------


def problems(path: Path) -> Iterator[str]:
    """The sentences that say why an input is not allowed, of a file with functions `problem`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and re.match(r"_?problem", node.name):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            for statement in body:
                yield from _sentences(statement)


def _sentences(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and _is_sentence(node.value):
            yield node.value
    elif not isinstance(node, ast.JoinedStr):
        for child in ast.iter_child_nodes(node):
            yield from _sentences(child)


def _is_sentence(text: str) -> bool:
    return text.strip().count(" ") >= 2 and is_message(text)
