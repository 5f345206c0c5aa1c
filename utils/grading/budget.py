"""What may be spent on one submission and on one answer: every cap of marking, in one place.

Whatever is done *for* a stranger is bounded, inside the sandbox and outside of it, before, during
and after the calls. What goes beyond costs that exercise and says so in one sentence; it costs
nobody else.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from utils.translation import translated

MB = 2**20

# ---- a submission, before anything of it runs ----
MAX_FILE = 50 * MB
MAX_FILES = 200
# Where the best counts, so that all of them are marked.
MAX_ATTEMPTS = 20
MAX_UNZIPPED = 200 * MB
MAX_CELLS = 2_000
# Of all code cells together.
MAX_CODE = 1 * MB
MAX_STATEMENTS = 20_000
MAX_NODES = 500_000
# Of a cell that is no Python as it stands, and may be with its magics taken out.
MAX_MAGIC = 50_000
MAX_MAGICS = 100
READ_SECONDS = 20.0
# Of addresses: Arrow reserves a gigabyte of them without using it.
READ_MB = 3_072

# ---- an answer: its cells, its calls, its questions ----
MAX_HANGS = 2
# Of work in a cell.
CELL_SECONDS = 10.0
# Seconds that a cell may wait for something that does not come: a nap, a download.
CELL_IDLE = 2.0
MAX_CRASHES = 6
# Of the arguments of several calls.
MAX_SENT = 1 * MB
MAX_REPLY = 16 * MB
MAX_REPLIES = 128 * MB
MAX_QUESTION = 4 * MB
# In one call.
MAX_QUESTIONS = 5_000
# Of what implementations said, as much is kept for the next answer.
MAX_KEPT, KEPT_BYTES = 2_000, 2**14
# By the clock a call may take longer than its seconds of work, so that a busy machine gives the
# same marks; one that sleeps is told by its clock of work.
PATIENCE = 6.0
# Of the marks of one learner, in units of the limit of a cell; more where exercises allow more.
MAX_SUBMISSION = 12

# ---- what came back ----
JUDGE_SECONDS = 20.0
JUDGE_MB = 3_072
ORACLE_MB = 3_072
MAX_CAUSES = 3


class OverBudget(Exception):
    """An answer asked for more than is done for one; the message says of what."""


@dataclass(frozen=True)
class Limits:
    """What one answer may use.

    Parameters
    ----------
    seconds : float, optional
        For a call, and for a cell; by default a call may take what its exercise allows, and a cell
        `CELL_SECONDS`.
    memory_mb : int
        On top of the libraries that are loaded.
    """

    seconds: float | None = None
    memory_mb: int = 1024

    def of_call(self, allowed: float) -> float:
        """The seconds of a call of an exercise that allows so many."""
        return allowed if self.seconds is None else min(allowed, self.seconds)

    @property
    def of_cell(self) -> float:
        """The seconds of a cell."""
        return CELL_SECONDS if self.seconds is None else self.seconds

    def of_exercise(self, call: float) -> int:
        """The seconds of all cells and calls of an exercise together."""
        return int(max(4 * self.of_cell, self.of_cell + call)) + 2


@dataclass
class Budget:
    """What is left for one answer. Whoever does something for it spends first.

    Parameters
    ----------
    work : int
        The seconds of work that it may take in each of its processes, as `Limits.of_exercise` says;
        the time that its questions, its naps and its replies take counts as well.
    """

    work: int
    seconds: float = field(init=False)
    reply_bytes: int = MAX_REPLIES
    questions: int = MAX_QUESTIONS

    def __post_init__(self) -> None:
        self.seconds = 2.0 * self.work

    def begin_call(self) -> None:
        """Let a call ask as much as any other."""
        self.questions = MAX_QUESTIONS

    def spend(self, *, seconds: float = 0.0, reply_bytes: int = 0, questions: int = 0) -> None:
        """Take what is about to be used, or was.

        Raises
        ------
        OverBudget
            When there is not that much left.
        """
        self.seconds -= seconds
        self.reply_bytes -= reply_bytes
        self.questions -= questions
        if self.questions < 0:
            raise OverBudget(
                translated(
                    "One call used implementations more than {n} times: a test needs far fewer.",
                    n=f"{MAX_QUESTIONS:,}",
                )
            )
        if self.reply_bytes < 0:
            raise OverBudget(
                translated(
                    "It sent back more than {n} MB in all: return less at a time.",
                    n=MAX_REPLIES // MB,
                )
            )
        if self.seconds < 0:
            raise OverBudget(
                translated(
                    "It took more than {n} seconds in all, cells, calls and waiting together: make "
                    "it quicker.",
                    n=2 * self.work,
                )
            )
