"""What an exercise is, and how an answer to it is marked.

An `Exercise` is one declaration: the reference, what an answer is called on, what is right, and the
wrong answers worth naming. Marking has three steps, and only the second touches the answer:

1. ``inputs(seed)``: plain data to call the answer on;
2. `utils.execution.worker.collect`: the calls, made in another process; plain data comes back;
3. ``judge(outcomes, seed)``: a `Mark`, from what came back.

``mark(answer)`` does all three here; `utils.grading` does the second in a sandbox.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from utils.execution import worker
from utils.execution.outcomes import Outcome
from utils.execution.runner import undisturbed
from utils.exercises import equality, feedback
from utils.exercises.attempt import Attempt, Sheet, sheet
from utils.exercises.literal import literal
from utils.exercises.marks import Args, Case, CriterionResult, Difference, Mark
from utils.translation import translated

LEVELS = ("junior", "mid", "senior")


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise:
    """Something to write, judged by what it does. A kind of exercise says how.

    A kind defines `cases`, `is_right` and `results`, and where the ones here are not what it means,
    `earned`, `same_mistake`, `differences`, `praise` and `remark`. It overrides nothing else.

    Parameters
    ----------
    reference : callable
        The right answer. Its signature and docstring are the statement.
    points : int
        What a right answer earns, shared out among the criteria by their weight.
    minutes : int
        What it takes somebody at that level.
    level : {"junior", "mid", "senior"}
        Whom an interviewer would ask this.
    misconceptions : sequence of callable
        Known wrong answers; a function's name names the mistake and its docstring explains it.
    agrees : callable
        ``agrees(expected, got)``, where equality is not what `equality.close` says it is.
    adapter : callable, optional
        ``adapter(answer, *args)`` returns plain data about an answer that takes or returns anything
        else. It is sent elsewhere as source, so it imports what it needs in its own body.
    seconds : float
        The time limit of one call.
    memory_mb : float, optional
        By how much the memory of its process may rise in one call. Marking measures it from
        outside, where an answer cannot patch what measures.
    """

    reference: Callable[..., Any]
    points: int
    minutes: int
    level: str
    misconceptions: Sequence[Callable[..., Any]] = ()
    agrees: Callable[[Any, Any], bool] = equality.close
    adapter: Callable[..., Any] | None = None
    seconds: float = 3.0
    memory_mb: float | None = None
    implementations: dict[str, Callable[..., Any]] = field(
        default_factory=dict, init=False, repr=False
    )

    # Whether two mistakes at once go wrong where either of them does.
    mistakes_add_up = False
    # Whether one call alone can show a mistake.
    one_by_one = True
    # Whether nothing but the visible examples is tried here.
    visible_only = False

    def __post_init__(self) -> None:
        if self.level not in LEVELS:
            raise ValueError(f"{self.name}: level is {self.level!r}; use one of {LEVELS}.")

    @property
    def name(self) -> str:
        """The name of the function to write."""
        return self.reference.__name__

    @property
    def statement(self) -> str:
        """The whole statement: the reference's docstring."""
        return inspect.getdoc(self.reference) or ""

    @property
    def examples(self) -> tuple[Args, ...]:
        """The arguments of the calls that a learner sees; they come first among the cases."""
        return ()

    @property
    def ours(self) -> tuple[Callable[..., Any], ...]:
        """The implementations that judging any answer runs."""
        return (self.reference,)

    # ---- what a kind defines ----

    def cases(self, seed: int) -> Iterable[Case]:
        """Every call that marking makes, visible examples first."""
        raise NotImplementedError

    def alone(self, seed: int) -> tuple[int, ...]:
        """The calls, by their numbers, that marking makes first in a process of their own.

        Where an answer could learn from one call what to say in the next: if one of these goes
        otherwise among the others, marking makes the others by themselves too, and these count.
        """
        return ()

    def is_right(self, sheet: Sheet, case: Case, outcome: Outcome) -> bool:
        """Whether a call did what its criterion asks."""
        raise NotImplementedError

    def results(self, attempt: Attempt) -> tuple[CriterionResult, ...]:
        """How an answer did on each criterion."""
        raise NotImplementedError

    def earned(self, attempt: Attempt, results: Sequence[CriterionResult]) -> float:
        """The points: those of the criteria, by their weight."""
        if all(each.held for each in results):
            return float(self.points)
        share = sum(each.share * each.points for each in results)
        return round(self.points * share / sum(each.points for each in results), 2)

    def same_mistake(self, sheet: Sheet, mine: Outcome, theirs: Outcome) -> bool:
        """Whether two wrong outcomes of one call are the same mistake."""
        if mine.failure or theirs.failure:
            return mine.failed_by == theirs.failed_by
        if (mine.after is None) != (theirs.after is None):
            return False
        return self.equal(theirs.value, mine.value)

    def is_ordinary(self, case: Case) -> bool:
        """Whether a call is of the ordinary kind, and no edge."""
        return True

    def differences(self, attempt: Attempt) -> Sequence[Difference]:
        """What holds of every wrong call, where the mistake has no name."""
        return ()

    def praise(self, results: Sequence[CriterionResult]) -> str:
        """What is said about an answer that passes."""
        return translated("Every property holds.")

    def remark(self, attempt: Attempt, results: Sequence[CriterionResult]) -> str:
        """What is said about a wrong answer that makes no known mistake."""
        return feedback.remark(attempt, results)

    def written(self, args: Args) -> str:
        """One call as a learner would write it."""
        return f"{self.name}({', '.join(equality.describe(arg, 120) for arg in args)})"

    def said(self, value: Any) -> str:
        """What came back, as a learner reads it."""
        return equality.describe(value)

    def in_full(self, value: Any) -> str:
        """What came back with nothing left out, as Python.

        Raises
        ------
        NoLiteral
            When there is no Python for it.
        """
        return literal(value)

    def pasted(self, case: Case) -> str:
        """A call that was drawn, as a learner can paste it; empty where there is no such call."""
        return ""

    # ---- the three steps ----

    def inputs(self, seed: int = 0) -> list[Args]:
        """The arguments of every call that marking makes, visible examples first."""
        return [case.args for case in sheet(self, seed).cases]

    def judge(self, outcomes: Sequence[Outcome], seed: int = 0) -> Mark:
        """The mark for what an answer did on ``inputs(seed)``.

        Raises
        ------
        ValueError
            When there is not one outcome for each of the inputs.
        """
        return self._judged(Attempt(sheet(self, seed), outcomes))

    def _judged(self, attempt: Attempt) -> Mark:
        # Comparing with a wrong value may warn, about which a learner can do nothing.
        with undisturbed():
            return feedback.mark(attempt)

    def mark(self, answer: Any, seed: int = 0) -> Mark:
        """Mark an answer, and show who wrote it a call that goes wrong.

        Nothing that the answer does is raised here.

        Parameters
        ----------
        answer : callable
            Anything else earns nothing and is told so.
        seed : int
            The seed of the inputs. The same answer and seed give the same mark.
        """
        if not callable(answer):
            return feedback.unmarked(
                self,
                translated(
                    "This is of type {kind}, not a function: "
                    "pass {name} itself, without calling it.",
                    kind=type(answer).__name__,
                    name=self.name,
                ),
            )
        attempt = Attempt(sheet(self, seed), self._called(answer, self.inputs(seed)))
        mark = self._judged(attempt)
        with undisturbed():
            case = feedback.shortest_wrong_call(attempt)
        if case is None:
            return mark
        # Alone, as it will be pasted: what an answer keeps between calls is not shown by one.
        (again,) = self._called(answer, [case.args])
        with undisturbed():
            return replace(mark, wrong_call=feedback.wrong_call(attempt, case, again))

    def _called(self, answer: Callable[..., Any], inputs: list[Args]) -> list[Outcome]:
        return worker.collect(
            answer,
            inputs,
            adapter=self.adapter,
            implementations=self.implementations,
            seconds=self.seconds,
        )

    def prepare(self, seed: int) -> None:
        """Compute what judging any answer needs; it is kept while the process lives."""
        asked = sheet(self, seed)
        for case in asked.cases:
            for implementation in self.ours:
                asked.run(implementation, case)

    def equal(self, expected: Any, got: Any) -> bool:
        """Whether two values agree as this exercise sees it; what cannot be compared does not."""
        try:
            return bool(self.agrees(expected, got))
        except Exception:
            return False
