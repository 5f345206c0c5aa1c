"""Runs answers: runs the cells of one, calls it when told to, sends plain data back.

Everything here may be tampered with by an answer, which lives in the same process. Nobody relies
on it: the marker takes what arrives for what it is, and knows the limits of its own.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import json
import linecache
import os
import signal
import sys
import threading
import types
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from utils.execution import messages, outcomes, plain, runner
from utils.execution.runner import ImplementationFailed, Printed, Runner, failure_of

NO_CAP = 2**40


def serve(descriptor: int) -> None:
    """Answer the marker until it hangs up."""
    builtins.input = runner.no_input
    _silence_check()
    answer = _Answer({"name": "", "adapter": None, "seconds": 0, "proxies": {}}, None)
    with contextlib.suppress(messages.Closed):
        inbox = messages.Inbox(descriptor)
        remote = Remote(inbox)
        kinds = [messages.START]
        while True:
            kind, message = inbox.receive(kinds, NO_CAP)
            if kind == messages.ARGS:
                for args in messages.parted(message):
                    with _timer(answer.seconds):
                        packed = answer.runner().answered(args)
                    messages.send(descriptor, messages.OUTCOME, packed)
                continue
            told = json.loads(message)
            failure = None
            if kind == messages.START:
                lend(told["lent"])
                answer = _Answer(told, remote)
            elif kind == messages.BOUND:
                failure = answer.problem()
            else:
                with _timer(told["seconds"]):
                    failure = answer.run(told)
            messages.send(descriptor, messages.DONE, json.dumps(failure).encode())
            kinds = [messages.START, messages.CELL, messages.BOUND, messages.ARGS]


def _silence_check() -> None:
    """Have `check` say nothing of an answer: no exercise is here."""
    import utils

    silent = types.ModuleType("utils.check")
    silent.check = lambda *args, **kwargs: _Shell()  # type: ignore[attr-defined]
    sys.modules["utils.check"] = utils.check = silent  # type: ignore[attr-defined]


class _Answer:
    """The names that an answer's cells have bound so far, and how it is called."""

    def __init__(self, job: dict[str, Any], remote: Remote | None) -> None:
        self.job, self.remote = job, remote
        self.seconds = job["seconds"]
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        self.namespace = vars(module)
        self.namespace.update(notebook_names())
        self._runner: Runner | None = None

    def run(self, cell: dict[str, Any]) -> list[str] | None:
        return run_cell(cell["label"], cell["source"], cell["statements"], self.namespace)

    def problem(self) -> list[str] | None:
        """Why its name is bound to nothing that can be called."""
        name = self.job["name"]
        if name not in self.namespace:
            return [outcomes.NOT_BOUND, f"no cell leaves {name} bound", ""]
        value = self.namespace[name]
        return None if callable(value) else [outcomes.NOT_CALLABLE, type(value).__name__, ""]

    def runner(self) -> Runner:
        if self._runner is None:
            # Last, so that an answer finds them in place of what its cells have bound.
            for name, key in self.job["proxies"].items():
                self.namespace[name] = self.remote[key]  # type: ignore[index]
            adapter = _function(self.job["adapter"]) if self.job["adapter"] else None
            answer: Any = self.namespace.get(self.job["name"])
            self._runner = Runner(answer, adapter, self.remote or {})
        return self._runner


class Remote(dict):
    """Implementations that are not here: calling one asks the marker. Keys say nothing."""

    def __init__(self, inbox: messages.Inbox) -> None:
        super().__init__()
        self.inbox = inbox
        # An answer may ask from several threads, and each is to get its own reply.
        self._one_at_a_time = threading.Lock()

    def __bool__(self) -> bool:
        return True

    def __missing__(self, key: str) -> Callable[..., Any]:
        def implementation(*args: Any, **kwargs: Any) -> Any:
            question = plain.to_bytes([key, list(args), kwargs])
            with self._one_at_a_time:
                messages.send(self.inbox.descriptor, messages.ASK, question)
                _, message = self.inbox.receive([messages.VALUE], NO_CAP)
            outcome = outcomes.from_bytes(message)
            for arg, after in zip(args, outcome.after or (), strict=False):
                _take_over(arg, after)
            if outcome.failure:
                raise ImplementationFailed
            return outcome.value

        return implementation


def _take_over(arg: Any, after: Any) -> None:
    """Change an argument in place as the implementation did, so that a test can notice."""
    import numpy as np
    import pandas as pd

    with contextlib.suppress(Exception):
        if isinstance(arg, np.ndarray):
            arg[...] = after
        elif isinstance(arg, list):
            arg[:] = after
        elif isinstance(arg, (dict, set)):
            arg.clear()
            arg.update(after)
        elif isinstance(arg, (pd.DataFrame, pd.Series)):
            arg._update_inplace(after)


def lend(sources: dict[str, str]) -> None:
    """Have ``solutions.topic`` imported from a source, since no folder of that name can be read."""
    for topic, source in sources.items():
        name = f"solutions.{topic}"
        module = types.ModuleType(name)
        for alias in (name, f"{name}.reference"):
            sys.modules[alias] = module
        package = sys.modules.setdefault("solutions", types.ModuleType("solutions"))
        setattr(package, topic, module)
        exec(compile(source, f"{topic}.py", "exec"), vars(module))


# ---- as a notebook would --------------------------------------------------------------------


class _Shell:
    """In place of IPython's: a magic or a shell command that is left over does nothing."""

    def __getattr__(self, name: str) -> Callable[..., None]:
        return lambda *args, **kwargs: None

    def getoutput(self, *args: Any, **kwargs: Any) -> list[str]:
        return []


def notebook_names() -> dict[str, Any]:
    """What a notebook has without an import, and nobody sees here."""
    return {"get_ipython": _Shell, "display": lambda *args, **kwargs: None}


def run_cell(
    label: str, source: str, statements: Sequence[int] | None, namespace: dict[str, Any]
) -> list[str] | None:
    """Run a cell in ``namespace``: the first failure, as its kind, its message and its line.

    Statement by statement, so that one that cannot run here (it asks for input, or for the network)
    costs nothing but itself.
    """
    lines = source.splitlines(keepends=True)
    linecache.cache[label] = (len(source), None, lines, label)
    failure = None
    try:
        body = ast.parse(source).body
    except Exception as error:
        return [type(error).__name__, str(error)[:300], ""]
    chosen = body if statements is None else [body[position] for position in statements]
    for statement in (part for each in chosen for part in _imports_apart(each)):
        try:
            code = compile(ast.Module([statement], []), label, "exec")
            with (
                contextlib.redirect_stdout(Printed()),
                contextlib.redirect_stderr(Printed()),
                warnings.catch_warnings(),
            ):
                warnings.simplefilter("ignore")
                exec(code, namespace)
        except BaseException as error:
            failed = failure_of(error)
            failure = failure or [failed.kind, failed.message, failed.line]
    return failure


def _imports_apart(statement: ast.stmt) -> list[ast.stmt]:
    """``import a, b`` as two: one library that is missing costs no other."""
    if not isinstance(statement, ast.Import):
        return [statement]
    return [ast.copy_location(ast.Import([name]), statement) for name in statement.names]


def _function(source: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    return next(value for value in namespace.values() if isinstance(value, types.FunctionType))


@contextlib.contextmanager
def _timer(seconds: float) -> Any:
    """End the process when a call has computed for ``seconds``, however busy the machine is."""
    if not hasattr(signal, "setitimer"):
        yield
        return
    signal.signal(signal.SIGPROF, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def main(settings: dict[str, Any]) -> None:
    """A fresh interpreter for one answer, where forking under a sandbox cannot be had."""
    import socket

    from utils.grading.sandbox import confinement

    for library in ("numpy", "pandas", "scipy.sparse"):
        __import__(library)
    line = socket.create_connection(("127.0.0.1", settings["port"]))
    line.sendall(bytes.fromhex(settings["token"]))
    confinement.limit(settings["memory_mb"], settings["cpu_seconds"])
    serve(line.detach())
    os._exit(0)
