"""Runs answers: defines one from its cells, calls it when told to, sends plain data back.

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
import types
import warnings
from collections.abc import Callable
from typing import Any

from utils.execution import messages, outcomes, plain, runner
from utils.execution.outcomes import Failure
from utils.execution.runner import Printed, Runner, failure_of

NO_CAP = 2**40


def serve(descriptor: int) -> None:
    """Answer the marker until it hangs up."""
    builtins.input = runner.no_input
    with contextlib.suppress(messages.Closed):
        remote = Remote(descriptor)
        kinds = [messages.START]
        while True:
            kind, message = messages.receive(descriptor, kinds, NO_CAP)
            if kind == messages.START:
                job = json.loads(message)
                run, failure = _start(job, remote)
                messages.send(descriptor, messages.READY, json.dumps(failure).encode())
                kinds = [messages.START, messages.ARGS]
            else:
                with _timer(job["seconds"]):
                    packed = run.packed(plain.from_bytes(message))
                messages.send(descriptor, messages.OUTCOME, packed)


def _start(job: dict[str, Any], remote: Remote) -> tuple[Runner, list[str] | None]:
    lend(job["lent"])
    namespace, failure = define(job["cells"], job["proxies"], remote)
    answer = namespace.get(job["name"])
    if answer is None and failure is None:
        failure = ["NameError", f"no cell defines {job['name']}", ""]
    adapter = _function(job["adapter"]) if job["adapter"] else None
    return Runner(answer, adapter, remote), failure  # type: ignore[arg-type]


class Remote(dict):
    """Implementations that are not here: calling one asks the marker. Keys say nothing."""

    def __init__(self, descriptor: int) -> None:
        super().__init__()
        self.descriptor = descriptor

    def __bool__(self) -> bool:
        return True

    def __missing__(self, key: str) -> Callable[..., Any]:
        def implementation(*args: Any, **kwargs: Any) -> Any:
            question = plain.to_bytes([key, list(args), kwargs])
            messages.send(self.descriptor, messages.ASK, question)
            _, message = messages.receive(self.descriptor, [messages.VALUE], NO_CAP)
            outcome = outcomes.from_bytes(message)
            for arg, after in zip(args, outcome.after or (), strict=False):
                _take_over(arg, after)
            if outcome.failure:
                raise _exception(outcome.failure)
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


def _exception(failure: Failure) -> BaseException:
    kind = getattr(builtins, failure.kind, RuntimeError)
    if not (isinstance(kind, type) and issubclass(kind, Exception)):
        kind = RuntimeError
    try:
        return kind(failure.message)
    except Exception:
        return RuntimeError(failure.message)


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


def define(
    cells: list[dict[str, Any]], proxies: dict[str, str], remote: Remote
) -> tuple[dict[str, Any], list[str] | None]:
    """Run what an answer needs: the names that this defines, and the first failure."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    namespace = vars(module)
    failure = None
    for cell in cells:
        name, lines = cell["label"], cell["source"].splitlines(keepends=True)
        linecache.cache[name] = (len(cell["source"]), None, lines, name)
        try:
            body = ast.parse(cell["source"]).body
        except Exception as error:
            failure = failure or [type(error).__name__, str(error)[:300], ""]
            continue
        for position in cell["statements"]:
            try:
                code = compile(ast.Module([body[position]], []), name, "exec")
                with (
                    contextlib.redirect_stdout(Printed()),
                    contextlib.redirect_stderr(Printed()),
                    warnings.catch_warnings(action="ignore"),
                ):
                    exec(code, namespace)
            except BaseException as error:
                failed = failure_of(error)
                failure = failure or [failed.kind, failed.message, failed.line]
    for name, key in proxies.items():
        namespace[name] = remote[key]
    return namespace, failure


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


def main() -> None:
    """A fresh interpreter for one answer, where forking under a sandbox cannot be had."""
    import socket

    from utils.grading.sandbox import confinement

    port, token, memory_mb, cpu_seconds = sys.argv[1:5]
    for library in ("numpy", "pandas", "scipy.sparse"):
        __import__(library)
    line = socket.create_connection(("127.0.0.1", int(port)))
    line.sendall(bytes.fromhex(token))
    confinement.limit(int(memory_mb), int(cpu_seconds))
    serve(line.detach())
    os._exit(0)
