"""Write a function: its value on every call is that of the reference, or a property holds."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from utils.execution import plain
from utils.execution.outcomes import Outcome
from utils.exercises import differences, docstring
from utils.exercises.attempt import Attempt, Sheet, as_bytes
from utils.exercises.literal import literal
from utils.exercises.marks import Args, Case, CriterionResult, Difference
from utils.exercises.model import Exercise
from utils.translation import of, topic_of, translated

EXAMPLES = "examples"
UNCHANGED = "input_unchanged"


@dataclass(frozen=True)
class Call:
    """One call of an answer, as a property sees it: plain data only."""

    args: Args
    after: Args
    value: Any
    expected: Any


@dataclass(frozen=True)
class Property:
    """Something that holds of every right answer.

    Attributes
    ----------
    name : str
        A learner reads it: ``excludes_self``, ``ties_stable``.
    reason : str
        One line that says what should hold. It never contains an expected value.
    inputs : callable
        ``inputs(rng)`` draws the arguments of one or more calls, as a list of tuples.
    holds : callable, optional
        ``holds(call)`` says whether the property holds of a `Call`. Without it, the value must
        agree with the reference's.
    points : float
        Its weight among the properties of the exercise.
    stands : str
        Why it is there although its inputs are all alike, or no known mistake fails on it; empty
        where this is not so.
    """

    name: str
    reason: str
    inputs: Callable[[np.random.Generator], Sequence[Args]]
    holds: Callable[[Call], bool] | None = None
    points: float = 1.0
    stands: str = ""


@dataclass(frozen=True, kw_only=True, eq=False)
class WriteIt(Exercise):
    """A function of plain data to write.

    Parameters
    ----------
    properties : sequence of Property
        The first is the ordinary case. The others earn points once at least half of the ordinary
        calls are right, three quarters where each value is True or False, and only if the answer
        does not return the same for every input, so that an answer which does nothing earns
        nothing. Nor does one of which nothing holds but that it leaves its arguments as they were.
    shown : sequence of tuple
        The arguments of the visible calls, where those in the docstring take what is no plain data.
    """

    properties: Sequence[Property]
    shown: Sequence[Args] = ()

    mistakes_add_up = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.properties:
            raise ValueError(f"{self.name}: give at least one property, the ordinary case.")

    @property
    def examples(self) -> tuple[Args, ...]:
        """The calls in the docstring, unless others are shown."""
        return tuple(self.shown) or docstring.calls(self.reference)

    def cases(self, seed: int) -> Iterator[Case]:
        """The examples, then what each property draws."""
        yield from (Case(EXAMPLES, args) for args in self.examples)
        for prop in self.properties:
            rng = np.random.default_rng([seed, zlib.crc32(prop.name.encode())])
            yield from (Case(prop.name, tuple(args)) for args in prop.inputs(rng))

    def is_right(self, sheet: Sheet, case: Case, outcome: Outcome) -> bool:
        """Whether the call's property holds, or it fails as the reference does."""
        reference = sheet.expected(case)
        if outcome.failure or reference.failure:
            return outcome.failed_by == reference.failed_by
        done, holds = sheet.settled(case, lambda theirs: self._holds(sheet, case, theirs))
        return holds if as_bytes(outcome) == done else self._holds(sheet, case, outcome)

    def _holds(self, sheet: Sheet, case: Case, outcome: Outcome) -> bool:
        call = Call(
            case.args, outcome.after or case.args, outcome.value, sheet.expected(case).value
        )
        holds = next((prop.holds for prop in self.properties if prop.name == case.criterion), None)
        try:
            return bool(holds(call)) if holds else self.equal(call.expected, call.value)
        except Exception:
            # A property may trip over a value of the wrong type or shape: then it does not hold.
            return False

    def results(self, attempt: Attempt) -> tuple[CriterionResult, ...]:
        """A result for the examples and for each property: every call of it is right, or not."""
        reasons = {EXAMPLES: translated("the examples in the docstring come out as written")}
        reasons |= {prop.name: self._said(prop) for prop in self.properties}
        weights = {prop.name: prop.points for prop in self.properties}
        held: dict[str, bool] = {}
        for case, _, right in attempt.rows:
            held[case.criterion] = held.get(case.criterion, True) and right
        results = [
            CriterionResult(name, reasons[name], holds, holds, weights.get(name, 1.0))
            for name, holds in held.items()
        ]
        if any(_mutable(arg) for case in attempt.sheet.cases for arg in case.args):
            results.append(unchanged(attempt))
        return tuple(results)

    def _said(self, prop: Property) -> str:
        """What a property asks for, in the language of whoever reads it."""
        topic, context = topic_of(self.reference), f"property of {self.name}"
        said = of(topic, context, prop.reason)
        return said if said != prop.reason else translated(prop.reason)

    def is_ordinary(self, case: Case) -> bool:
        """Whether a call is an example, or of the first property."""
        return case.criterion in (EXAMPLES, self.properties[0].name)

    def pasted(self, case: Case) -> str:
        """A call that was drawn; none where a probe makes the calls."""
        return "" if self.adapter else f"{self.name}({', '.join(map(literal, case.args))})"

    def differences(self, attempt: Attempt) -> list[Difference]:
        """What can be seen in arguments and values."""
        return differences.find(attempt)

    def earned(self, attempt: Attempt, results: Sequence[CriterionResult]) -> float:
        """The points; none where the ordinary calls go wrong or every value is the same.

        That an answer leaves its arguments as they were earns nothing by itself.
        """
        if _says_one_thing(attempt) or all(each.name == UNCHANGED for each in results if each.held):
            return 0.0
        ordinary = [(case, right) for case, _, right in attempt.rows if self.is_ordinary(case)]
        said = (attempt.sheet.expected(case).value for case, _ in ordinary)
        # Of True and False half are right by guessing.
        least = 0.75 if all(isinstance(value, bool) for value in said) else 0.5
        enough = sum(right for _, right in ordinary) >= least * len(ordinary)
        return super().earned(attempt, results) if enough else 0.0


def unchanged(attempt: Attempt) -> CriterionResult:
    """Whether an answer left its arguments as they were."""
    kept = all(outcome.after is None for outcome in attempt.outcomes)
    reason = translated("the caller's data is as it was before the call")
    return CriterionResult(UNCHANGED, reason, kept, kept, 1.0)


def _says_one_thing(attempt: Attempt) -> bool:
    """Whether an answer returns the same for every input, where the reference does not."""
    said = (outcome.value for outcome in attempt.outcomes)
    right = (attempt.sheet.expected(case).value for case in attempt.sheet.cases)
    return _all_the_same(said) and not _all_the_same(right)


def _all_the_same(values: Iterable[Any]) -> bool:
    """Whether there are values, and they are one; most differ early on, and no more is read."""
    packed = map(plain.to_bytes, values)
    first = next(packed, None)
    return first is not None and all(each == first for each in packed)


def _mutable(arg: Any) -> bool:
    return not isinstance(arg, (str, int, float, bool, tuple, type(None), plain.Implementation))
