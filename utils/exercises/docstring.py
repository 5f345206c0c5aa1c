"""The visible examples of an exercise: the calls in its reference's docstring."""

from __future__ import annotations

import contextlib
import copy
import doctest
import functools
import inspect
import io
from collections.abc import Callable
from typing import Any

from utils.execution import plain
from utils.exercises import equality
from utils.exercises.marks import Args


@functools.cache
def calls(function: Callable[..., Any]) -> tuple[Args, ...]:
    """The arguments of the calls of a function in its docstring's Examples."""
    signature = inspect.signature(function)
    recorded: list[Args] = []

    def record(*args: Any, **kwargs: Any) -> Any:
        bound = signature.bind(*args, **kwargs)
        recorded.append(tuple(copy.deepcopy(value) for value in bound.args))
        return function(*args, **kwargs)

    namespace = {**function.__globals__, function.__name__: record}
    examples = doctest.DocTestParser().get_examples(function.__doc__ or "")
    # Nothing is shown: in a notebook a displayed value would land in the learner's cell.
    with contextlib.redirect_stdout(io.StringIO()):
        for example in examples:
            exec(compile(example.source, function.__name__, "exec"), namespace)
    # A call that takes a function cannot be sent elsewhere: it is there to be read.
    return tuple(args for args in recorded if all(map(_is_plain, args)))


def _is_plain(value: Any) -> bool:
    return equality.close(value, plain.from_bytes(plain.to_bytes(value)))
