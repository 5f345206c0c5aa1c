"""``course name-mistake``: a group of equal wrong answers becomes a misconception of its topic.

The example of the group is a learner's code. It is rewritten from its syntax tree, so that comments
and layout stay behind; its statement's docstring and its annotations are left out. It is put into
the body of one function, so that importing the module runs nothing of it. From then on it runs on
this machine, like any misconception: whoever names a group reads the code first.
"""

from __future__ import annotations

import ast
import keyword
import textwrap
from collections.abc import Sequence
from pathlib import Path

from utils import catalogue, files
from utils.editions.source import bound
from utils.grading import mistakes
from utils.grading.mistakes import Unnamed
from utils.refused import Refused


class CannotName(Refused, ValueError):
    """A group cannot be given a name; the message says why."""


def name_mistake(report: Path, key: str, name: str | None = None) -> tuple[list[Path], str]:
    """Write a group of a report into its topic as a new misconception.

    Parameters
    ----------
    key : str
        The group, as the report calls it.
    name : str, optional
        Of the misconception; by default it is made from the key.

    Returns
    -------
    list of Path, str
        The files that were changed, and the implementation, for a person to read.

    Raises
    ------
    CannotName
        When there is no such group, the name is taken or is none, or the code cannot be moved.
    """
    group = _group(report, key)
    name = name or f"same_as_{key.rpartition('-')[2]}"
    folder = catalogue.chapter(group.topic).folder
    wrong, declared = folder / "misconceptions.py", folder / "exercises.py"
    text = wrong.read_text("utf-8")
    _check_name(name, text)
    function = implementation(group, name, text)
    drafts = {
        wrong: f"{text.rstrip()}\n\n\n{function}\n",
        declared: listed(declared.read_text("utf-8"), group, name),
    }
    for path, draft in drafts.items():
        ast.parse(draft, str(path))
    for path, draft in drafts.items():
        files.replace(path, draft)
    return list(drafts), function


def _group(report: Path, key: str) -> Unnamed:
    try:
        groups = {each.key: each for each in mistakes.saved(report)}
    except OSError:
        raise CannotName(
            f"{report} has no {mistakes.FILE}: give a folder that `course grade` wrote."
        ) from None
    except ValueError:
        raise CannotName(
            f"{report / mistakes.FILE} is damaged: run `course grade` again."
        ) from None
    if key not in groups:
        known = ", ".join(groups) or "none"
        raise CannotName(f"{report} has no group {key!r} without a name: it has {known}.")
    group = groups[key]
    if group.exercise not in _exercises(group.topic):
        raise CannotName(f"There is no exercise {group.exercise} in {group.topic} any more.")
    if not group.source:
        raise CannotName(f"The report holds no code of {key}: run `course grade` again.")
    return group


def _exercises(topic: str) -> Sequence[str]:
    return list(catalogue.load(topic)) if topic in catalogue.topics() else ()


def _check_name(name: str, text: str) -> None:
    plain = name.isidentifier() and not keyword.iskeyword(name) and name.lower() == name
    if not plain or "__" in name or name.startswith("_"):
        raise CannotName(
            f"{name!r} is no name of a misconception: use small letters and single underscores, as "
            "in arguments_swapped."
        )
    if any(name in bound(node) for node in ast.parse(text).body):
        raise CannotName(f"misconceptions.py has {name} already: choose another name with --as.")


# ---- the implementation -------------------------------------------------------------------------


def implementation(group: Unnamed, name: str, module: str) -> str:
    """The example of a group as one function of its own, without a docstring.

    A misconception without a docstring is not told to learners, and `course try` asks for it.
    """
    body = ast.parse(group.source).body
    there = {ast.dump(node) for node in ast.parse(module).body if _is_import(node)}
    needed = [node for node in body if not (_is_import(node) and ast.dump(node) in there)]
    for node in needed:
        _strip(node)
    last = needed[-1] if needed else None
    if not any(group.exercise in bound(node) for node in needed):
        raise CannotName(
            f"The answer does not define {group.exercise} by itself: write the misconception "
            "by hand."
        )
    if isinstance(last, ast.FunctionDef) and _moves(last, needed, group.exercise):
        last.body = [*needed[:-1], *last.body]
        last.name = name
        return _formatted(last)
    call = f"return {group.exercise}(*arguments)"
    inner = "\n".join(ast.unparse(node) for node in needed)
    return f"def {name}(*arguments):\n{textwrap.indent(f'{inner}{chr(10)}{call}', '    ')}"


def _is_import(node: ast.stmt) -> bool:
    return isinstance(node, (ast.Import, ast.ImportFrom))


def _moves(last: ast.FunctionDef, needed: Sequence[ast.stmt], exercise: str) -> bool:
    """Whether the answer itself can be the function: it needs imports alone, and not itself.

    A default is computed where the module is imported, so it has to be a constant.
    """
    plain = all(map(_is_import, needed[:-1])) and not last.decorator_list
    defaults = [*last.args.defaults, *filter(None, last.args.kw_defaults)]
    names = {node.id for node in ast.walk(last) if isinstance(node, ast.Name)}
    constant = all(isinstance(each, ast.Constant) for each in defaults)
    return plain and constant and last.name == exercise and exercise not in names


def _strip(node: ast.stmt) -> None:
    """Leave out docstrings and annotations, of inner functions too."""
    for each in ast.walk(node):
        if isinstance(each, ast.FunctionDef):
            each.returns = None
            for argument in ast.walk(each.args):
                if isinstance(argument, ast.arg):
                    argument.annotation = None
            if ast.get_docstring(each, clean=False) is not None:
                each.body = each.body[1:] or [ast.Pass()]


def _formatted(node: ast.stmt) -> str:
    return ast.unparse(ast.fix_missing_locations(node))


# ---- its place among the misconceptions of the exercise -----------------------------------------


def listed(text: str, group: Unnamed, name: str) -> str:
    """``exercises.py`` with one more misconception of the exercise."""
    module = ast.parse(text)
    alias = _alias(module, group.topic)
    value = _misconceptions(module, group.exercise)
    if alias is None or not isinstance(value, (ast.Tuple, ast.List)):
        raise CannotName(
            f"exercises.py does not list the misconceptions of {group.exercise} one by one: add "
            f"{name} there by hand."
        )
    lines = text.splitlines(keepends=True)
    first, last = value.lineno - 1, (value.end_lineno or value.lineno) - 1
    entry = f"{alias}.{name}"
    if first != last:
        indent = " " * (len(lines[last]) - len(lines[last].lstrip()) + 4)
        before = lines[last - 1].rstrip()
        if not before.split("#")[0].rstrip().endswith(("(", "[", ",")):
            lines[last - 1] = f"{before},\n"
        lines.insert(last, f"{indent}{entry},\n")
        return "".join(lines)
    end = (value.end_col_offset or 1) - 1
    # Columns of a syntax tree count bytes.
    raw = lines[last].encode()
    comma = "" if not value.elts else " " if raw[:end].rstrip().endswith(b",") else ", "
    tail = "," if len(value.elts) == 0 and isinstance(value, ast.Tuple) else ""
    lines[last] = (raw[:end] + f"{comma}{entry}{tail}".encode() + raw[end:]).decode()
    return "".join(lines)


def _alias(module: ast.Module, topic: str) -> str | None:
    """What exercises.py calls the module of misconceptions."""
    for node in module.body:
        if isinstance(node, ast.ImportFrom) and node.module == f"solutions.{topic}":
            for alias in node.names:
                if alias.name == "misconceptions":
                    return alias.asname or alias.name
    return None


def _misconceptions(module: ast.Module, exercise: str) -> ast.expr | None:
    """What is given as ``misconceptions`` where an exercise is declared."""
    for node in module.body:
        targets = node.targets if isinstance(node, ast.Assign) else []
        if any(isinstance(t, ast.Name) and t.id == exercise for t in targets):
            call = node.value  # type: ignore[attr-defined]
            keywords = call.keywords if isinstance(call, ast.Call) else []
            return next((k.value for k in keywords if k.arg == "misconceptions"), None)
    return None
