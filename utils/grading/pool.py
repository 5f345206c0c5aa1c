"""The processes that mark, and what is tried again when one of them dies."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import Any

from utils.grading import marking
from utils.grading.marking import Row, Task
from utils.grading.roster import CannotGrade
from utils.grading.sandbox.client import NotSafe, SandboxEnded, Server
from utils.grading.status import Status
from utils.translation import translated

Marked = Callable[[Task, Sequence[Row]], None]


class Pool:
    """Marks tasks on an executor, and once more, one at a time, what somebody else may have ended.

    Parameters
    ----------
    executor : Executor
        Of this machine or of a cluster.
    marked : callable
        ``marked(task, rows)`` is called as soon as a submission's rows are there.
    """

    def __init__(self, executor: Executor, marked: Marked) -> None:
        self._executor, self._marked = executor, marked

    def run(self, tasks: Sequence[Task], meanwhile: Callable[[], None]) -> None:
        """Mark ``tasks``, and call ``meanwhile`` when they are all given out.

        Raises
        ------
        NotSafe, SandboxEnded
            When there is no sandbox to mark in, or none any more.
        """
        futures, again = self._given_out(tasks)
        meanwhile()
        again += self._done(futures)
        for task in again:
            # Alone: then it is known whose answer it was.
            self._renew()
            futures, refused = self._given_out([task])
            for lost in refused + self._done(futures, alone=True):
                self._marked(
                    lost, not_marked(lost, translated("The marker stopped while it marked this."))
                )

    def _given_out(self, tasks: Sequence[Task]) -> tuple[dict[Future, Task], list[Task]]:
        """Have tasks marked side by side; those that a broken pool does not take."""
        futures: dict[Future, Task] = {}
        refused: list[Task] = []
        for task in tasks:
            try:
                futures[self._executor.submit(marking.mark, task)] = task
            except BrokenProcessPool:
                refused.append(task)
        return futures, refused

    def _done(self, futures: dict[Future, Task], alone: bool = False) -> list[Task]:
        """Hand on every task's rows as they come: the tasks that have to be marked again, alone."""
        again: list[Task] = []
        for future in as_completed(futures):
            task = futures[future]
            try:
                rows = future.result()
            except (NotSafe, SandboxEnded):
                raise
            except BrokenProcessPool:
                again.append(task)
                continue
            except Exception as error:
                why = translated(
                    "Marking failed ({error}).", error=f"{type(error).__name__}: {error}"
                )
                rows = not_marked(task, why)
            unclear = [] if alone else [i for i, row in enumerate(rows) if row.unclear]
            if unclear:
                again.append(replace(task, answers=tuple(task.answers[i] for i in unclear)))
            kept = [i for i in range(len(rows)) if i not in unclear]
            part = replace(task, answers=tuple(task.answers[i] for i in kept))
            self._marked(part, [rows[i] for i in kept])
        return again

    def _renew(self) -> None:
        if isinstance(self._executor, Processes):
            self._executor.renew()


def not_marked(task: Task, why: str) -> list[Row]:
    """Rows that say that there is no mark, which is not a mark of 0."""
    return [
        marking.unmarked(task.learner, topic, a.exercise, Status.NOT_MARKED, why, a.code)
        for topic, a in task.answers
    ]


class Processes(Executor):
    """A process pool that can be made anew after one of its processes died."""

    def __init__(self, workers: int, server: Server | None) -> None:
        self.workers, self.server = workers, server
        self.pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        # Forked where that is usual: the workers have what this process has imported and computed.
        way = "fork" if sys.platform == "linux" else "spawn"
        start = (self.server, os.getpid()) if way == "fork" else (None, os.getpid())
        context = multiprocessing.get_context(way)
        return ProcessPoolExecutor(self.workers, context, _begin, start)

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future:
        """As `Executor.submit`."""
        return self.pool.submit(fn, *args, **kwargs)

    def renew(self) -> None:
        """Have new processes."""
        self.pool.shutdown(wait=False, cancel_futures=True)
        self.pool = self._new()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As `Executor.shutdown`."""
        self.pool.shutdown(wait, cancel_futures=cancel_futures)

    def __exit__(self, kind: type[BaseException] | None, *more: object) -> None:
        """Wait for what was given out; after an error or Ctrl-C for nothing that waits itself."""
        self.shutdown(cancel_futures=kind is not None)


def _begin(server: Server | None, marker: int) -> None:
    """In a new worker: end when the one who asked for marks is gone."""
    if server:
        server.forget()

    def watch() -> None:
        while os.getppid() == marker:
            time.sleep(0.5)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@contextlib.contextmanager
def executor(workers: int, scheduler: str | None, server: Server | None) -> Iterator[Executor]:
    """Processes of this machine, or of a Dask cluster."""
    if not scheduler:
        with Processes(workers, server) as processes:
            yield processes
        return
    try:
        from distributed import Client
    except ImportError:
        raise CannotGrade(
            "A cluster needs the package distributed: pip install -e '.[teach]'."
        ) from None
    with Client(scheduler) as client, client.get_executor(pure=False, retries=3) as cluster:
        yield cluster
