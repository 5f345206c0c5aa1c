"""What an exercise is, and how an answer to it is marked.

An `Exercise` is one declaration: the reference, the properties that an answer must have, and the
wrong answers worth naming. Marking has three steps, and only the second touches the answer:

1. ``inputs(seed)``: plain data to call the answer on;
2. `utils.calls.collect`: the calls, made in another process, which bring plain data back;
3. ``judge(outcomes, seed)``: a `Mark`, from what came back.

``mark(answer)`` does all three here; `utils.grading` does the second in a sandbox.
"""

from __future__ import annotations

import contextlib
import copy
import doctest
import functools
import importlib
import inspect
import io
import itertools
import re
import warnings
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from utils import calls, plain
from utils.calls import Failure, Outcome

ROOT = Path(__file__).resolve().parent.parent
LEVELS = ("junior", "mid", "senior")

Args = tuple[Any, ...]
# For each property that is judged by calls: its name, and the arguments of its calls.
Plan = tuple[tuple[str, tuple[Args, ...]], ...]


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
        One line that says why it matters. It never contains an expected value.
    inputs : callable
        ``inputs(rng)`` draws the arguments of one or more calls, as a list of tuples.
    holds : callable, optional
        ``holds(call)`` says whether the property holds of a `Call`. Without it, the value must
        agree with the reference's.
    points : float
        Its weight among the properties of the exercise.
    """

    name: str
    reason: str
    inputs: Callable[[np.random.Generator], Sequence[Args]]
    holds: Callable[[Call], bool] | None = None
    points: float = 1.0


@dataclass(frozen=True)
class Verdict:
    """How an answer did on one property. ``share`` is the part of the points that it earned."""

    name: str
    reason: str
    held: bool
    share: float
    points: float


@dataclass(frozen=True)
class Example:
    """A visible example: the call as a learner would write it, what is right, what came back."""

    call: str
    expected: str
    got: str
    passed: bool


@dataclass(frozen=True)
class Mark:
    """What an answer earned, and why."""

    exercise: str
    points: float
    max_points: float
    failed_properties: tuple[str, ...] = ()
    misconception: str | None = None
    message: str = ""
    verdicts: tuple[Verdict, ...] = ()
    examples: tuple[Example, ...] = ()
    printed: str = ""
    started: bool = True

    @property
    def passed(self) -> bool:
        """Whether every property held."""
        return self.started and not self.failed_properties and self.points == self.max_points


@dataclass(frozen=True, kw_only=True, eq=False)
class Exercise:
    """A function to write, judged by how it behaves.

    Parameters
    ----------
    reference : callable
        The right answer. Its signature and docstring are the statement; the calls in the
        docstring's Examples are the visible tests.
    points : int
        What a right answer earns, shared out among the properties by their weight.
    minutes : int
        What it takes somebody at that level.
    level : {"junior", "mid", "senior"}
        Whom an interviewer would ask this.
    properties : sequence of Property
        The first is the ordinary case. The others earn points once at least half of the ordinary
        calls are right, and only if the answer does not return the same for every input, so that
        an answer which does nothing earns nothing.
    misconceptions : sequence of callable
        Known wrong answers; a function's name names the mistake and its docstring explains it.
    agrees : callable
        ``agrees(expected, got)``, where equality is not what `plain.close` says it is.
    probe : callable, optional
        ``probe(answer, *args)`` returns plain data about an answer that takes or returns anything
        else. It is sent elsewhere as source, so it imports what it needs in its own body.
    seconds : float
        The time limit of one call.
    """

    reference: Callable[..., Any]
    points: int
    minutes: int
    level: str
    properties: Sequence[Property] = ()
    misconceptions: Sequence[Callable[..., Any]] = ()
    agrees: Callable[[Any, Any], bool] = plain.close
    probe: Callable[..., Any] | None = None
    seconds: float = 3.0
    candidates: dict[str, Callable[..., Any]] = field(default_factory=dict, init=False, repr=False)

    _alike_enough = 0.75

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

    # ---- the three steps ----

    def inputs(self, seed: int = 0) -> list[Args]:
        """The arguments of every call that marking makes, visible examples first."""
        return [args for _, args in self._asked(seed)]

    def judge(self, outcomes: Sequence[Outcome], seed: int = 0) -> Mark:
        """The mark for what an answer did on ``inputs(seed)``.

        Raises
        ------
        ValueError
            When there is not one outcome for each of the inputs.
        """
        if len(outcomes) != len(self.inputs(seed)):
            raise ValueError(
                f"{self.name}: {len(outcomes)} outcomes for {len(self.inputs(seed))} inputs; "
                "judge takes one for each, in the order of inputs(seed)."
            )
        # Comparing with a wrong value may warn, about which a learner can do nothing.
        with warnings.catch_warnings(action="ignore"):
            return self._judged(outcomes, seed)

    def mark(self, answer: Any, seed: int = 0) -> Mark:
        """Mark an answer. Nothing that the answer does is raised here.

        Parameters
        ----------
        answer : callable
            Anything else earns nothing and is told so.
        seed : int
            The seed of the inputs. The same answer and seed give the same mark.
        """
        if not callable(answer):
            return self._unmarked(
                f"This is of type {type(answer).__name__}, not a function: "
                f"pass {self.name} itself, without calling it."
            )
        outcomes = calls.collect(
            answer,
            self.inputs(seed),
            probe=self.probe,
            candidates=self.candidates,
            seconds=self.seconds,
        )
        return self.judge(outcomes, seed)

    def prepare(self, seed: int) -> None:
        """Compute what judging any answer needs; it is kept while the process lives."""
        self._run_trusted(self.reference, seed)

    def _judged(self, outcomes: Sequence[Outcome], seed: int) -> Mark:
        printed = next((o.printed for o in outcomes if o.printed), "")
        if all(_kind(outcome) == "NotImplementedError" for outcome in outcomes):
            return self._unmarked(f"{self.name} is not written yet: put your code there.", False)
        rights = self._rights(outcomes, seed)
        verdicts = self._verdicts(outcomes, rights, seed)
        failed = tuple(v.name for v in verdicts if not v.held)
        misconception = self._misconception(outcomes, rights, seed) if failed else None
        return Mark(
            exercise=self.name,
            points=self._points(outcomes, rights, verdicts, seed),
            max_points=float(self.points),
            failed_properties=failed,
            misconception=misconception.__name__ if misconception else None,
            message=self._message(outcomes, rights, verdicts, misconception, seed),
            verdicts=verdicts,
            examples=self._examples(outcomes, rights, seed),
            printed=printed,
        )

    def _unmarked(self, message: str, started: bool = True) -> Mark:
        names = tuple(name for name, _ in self._plan(0))
        return Mark(self.name, 0.0, float(self.points), names, message=message, started=started)

    # ---- what is called ----

    @functools.cached_property
    def _docstring_calls(self) -> tuple[Args, ...]:
        """The arguments of the calls in the docstring's Examples."""
        signature = inspect.signature(self.reference)
        recorded: list[Args] = []

        def record(*args: Any, **kwargs: Any) -> Any:
            bound = signature.bind(*args, **kwargs)
            recorded.append(tuple(copy.deepcopy(value) for value in bound.args))
            return self.reference(*args, **kwargs)

        namespace = {**self.reference.__globals__, self.name: record}
        examples = doctest.DocTestParser().get_examples(self.reference.__doc__ or "")
        # Nothing is shown: in a notebook a displayed value would land in the learner's cell.
        with contextlib.redirect_stdout(io.StringIO()):
            for example in examples:
                exec(compile(example.source, self.name, "exec"), namespace)
        # A call that takes a function cannot be sent elsewhere: it is there to be read.
        return tuple(args for args in recorded if all(map(plain.survives, args)))

    @functools.cache  # noqa: B019 - an exercise lives as long as the process
    def _plan(self, seed: int) -> Plan:
        plan = [("examples", self._docstring_calls)] if self._docstring_calls else []
        for prop in self.properties:
            rng = np.random.default_rng([seed, zlib.crc32(prop.name.encode())])
            plan.append((prop.name, tuple(map(tuple, prop.inputs(rng)))))
        return tuple(plan)

    def _run_trusted(self, implementation: Callable[..., Any], seed: int) -> tuple[Outcome, ...]:
        """What an implementation of ours does; it needs no process of its own."""
        n_calls = len(self._asked(seed))
        return tuple(self._call_trusted(implementation, seed, i) for i in range(n_calls))

    @functools.cache  # noqa: B019
    def _call_trusted(self, implementation: Callable[..., Any], seed: int, i: int) -> Outcome:
        run = calls.Runner(implementation, self.probe, self.candidates)
        return run(self._asked(seed)[i][1])

    @functools.cache  # noqa: B019
    def _asked(self, seed: int) -> tuple[tuple[str, Args], ...]:
        """The calls, each with the name of its property."""
        return tuple((name, args) for name, group in self._plan(seed) for args in group)

    # ---- what is right ----

    def _verdicts(
        self, outcomes: Sequence[Outcome], rights: Sequence[bool], seed: int
    ) -> tuple[Verdict, ...]:
        reasons = {"examples": "the examples in the docstring come out as written"}
        weights = {prop.name: prop.points for prop in self.properties}
        reasons |= {prop.name: prop.reason for prop in self.properties}
        verdicts = []
        remaining = iter(rights)
        for name, group in self._plan(seed):
            held = sum(next(remaining) for _ in group) == len(group)
            verdicts.append(Verdict(name, reasons[name], held, held, weights.get(name, 1.0)))
        if any(_mutable(arg) for args in self.inputs(seed) for arg in args):
            held = all(outcome.after is None for outcome in outcomes)
            reason = "the caller's data is as it was before the call"
            verdicts.append(Verdict("input_unchanged", reason, held, held, 1.0))
        return tuple(verdicts)

    def _rights(self, outcomes: Sequence[Outcome], seed: int) -> list[bool]:
        """Whether each call does what its property asks."""
        return [self._right(i, outcome, seed) for i, outcome in enumerate(outcomes)]

    def _right(self, i: int, mine: Outcome, seed: int) -> bool:
        reference = self._call_trusted(self.reference, seed, i)
        if mine.failure or reference.failure:
            return _kind(mine) == _kind(reference)
        # Most answers do what the reference does, and what that is worth is known.
        done, holds = self._reference_did(seed, i)
        return holds if _done(mine) == done else self._holds(i, mine, seed)

    @functools.cache  # noqa: B019
    def _reference_did(self, seed: int, i: int) -> tuple[bytes, bool]:
        """What the reference did in a call, as bytes, and whether the call's property holds."""
        reference = self._call_trusted(self.reference, seed, i)
        return _done(reference), self._holds(i, reference, seed)

    def _holds(self, i: int, mine: Outcome, seed: int) -> bool:
        reference = self._call_trusted(self.reference, seed, i)
        name, args = self._asked(seed)[i]
        call = Call(args, mine.after or args, mine.value, reference.value)
        holds = next((prop.holds for prop in self.properties if prop.name == name), None)
        try:
            return bool(holds(call)) if holds else self._agree(call.expected, call.value)
        except Exception:
            # A property may trip over a value of the wrong type or shape: then it does not hold.
            return False

    def _agree(self, expected: Any, got: Any) -> bool:
        try:
            return bool(self.agrees(expected, got))
        except Exception:
            return False

    def _points(
        self,
        outcomes: Sequence[Outcome],
        rights: Sequence[bool],
        verdicts: Sequence[Verdict],
        seed: int,
    ) -> float:
        if self._says_one_thing(outcomes, seed):
            return 0.0
        ordinary = [
            right
            for (name, _), right in zip(self._asked(seed), rights, strict=True)
            if name in ("examples", self.properties[0].name)
        ]
        return self._share(verdicts) if sum(ordinary) * 2 >= len(ordinary) else 0.0

    def _says_one_thing(self, outcomes: Sequence[Outcome], seed: int) -> bool:
        """Whether an answer returns the same for every input, where the reference does not."""
        said = {plain.dumps(outcome.value) for outcome in outcomes}
        right = {plain.dumps(outcome.value) for outcome in self._run_trusted(self.reference, seed)}
        return len(said) == 1 < len(right)

    def _share(self, verdicts: Sequence[Verdict]) -> float:
        if all(v.held for v in verdicts):
            return float(self.points)
        earned = sum(v.share * v.points for v in verdicts)
        return round(self.points * earned / sum(v.points for v in verdicts), 2)

    # ---- what to tell ----

    def _misconception(
        self, outcomes: Sequence[Outcome], rights: Sequence[bool], seed: int
    ) -> Callable[..., Any] | None:
        """The known wrong answer that goes wrong where this one does, and in the same way."""
        mine = {
            i: outcome
            for i, (outcome, right) in enumerate(zip(outcomes, rights, strict=True))
            if not right or outcome.after is not None
        }
        best, best_score = None, 0.0
        for misconception in self.misconceptions:
            score = self._likeness(misconception, mine, seed, max(best_score, self._alike_enough))
            if score > best_score:
                best, best_score = misconception, score
        return best

    def _likeness(
        self,
        misconception: Callable[..., Any],
        mine: dict[int, Outcome],
        seed: int,
        enough: float,
    ) -> float:
        """The share of the calls with a mistake, on either side, at which both make the same one.

        It is 0 where the share is less than ``enough``: most known answers differ so soon that
        most of their calls need not be made.
        """
        alike = mistaken = len(mine)
        others = (i for i in range(len(self._asked(seed))) if i not in mine)
        for i in itertools.chain(mine, others):
            theirs = self._mistake(misconception, seed, i)
            if i not in mine:
                mistaken += theirs is not None
            elif theirs is None or not self._alike(mine[i], theirs):
                alike -= 1
            if alike < enough * mistaken:
                return 0.0
        return alike / max(1, mistaken)

    @functools.cache  # noqa: B019
    def _mistake(self, misconception: Callable[..., Any], seed: int, i: int) -> Outcome | None:
        """What a known wrong answer does on a call that it gets wrong; None where it is right."""
        theirs = self._call_trusted(misconception, seed, i)
        return None if theirs.after is None and self._right(i, theirs, seed) else theirs

    def _alike(self, mine: Outcome, theirs: Outcome) -> bool:
        """Whether two wrong outcomes are the same mistake."""
        if mine.failure or theirs.failure:
            return _kind(mine) == _kind(theirs)
        if (mine.after is None) != (theirs.after is None):
            return False
        return self._agree(theirs.value, mine.value)

    def _message(
        self,
        outcomes: Sequence[Outcome],
        rights: Sequence[bool],
        verdicts: Sequence[Verdict],
        misconception: Callable[..., Any] | None,
        seed: int,
    ) -> str:
        if all(v.held for v in verdicts):
            return "Every property holds."
        if misconception:
            return inspect.getdoc(misconception) or ""
        # An error that was asked for is no news.
        pairs = zip(outcomes, rights, strict=True)
        failure = next((o.failure for o, right in pairs if o.failure and not right), None)
        if failure:
            return explain(failure)
        if all(o.value is None for o in outcomes):
            return "The function returned None: does every path through it end in a return?"
        first = next(v for v in verdicts if not v.held)
        said = f"The first property to fail is {first.name}: {first.reason}."
        return said + self._other_form(outcomes, rights, seed)

    def _other_form(self, outcomes: Sequence[Outcome], rights: Sequence[bool], seed: int) -> str:
        """A sentence where the first wrong value is of another kind than the right one."""
        expected = self._run_trusted(self.reference, seed)
        rows = zip(outcomes, expected, rights, strict=True)
        pairs = ((mine, right) for mine, right, held in rows if not held)
        mine, right = next(pairs, (expected[0], expected[0]))
        got, wanted = _kind_of_value(mine.value), _kind_of_value(right.value)
        if mine.failure or right.failure or got == wanted:
            return ""
        return f" There it returned {got}, where {wanted} is expected."

    def _examples(
        self, outcomes: Sequence[Outcome], rights: Sequence[bool], seed: int
    ) -> tuple[Example, ...]:
        rows = zip(
            self._docstring_calls,
            outcomes,
            self._run_trusted(self.reference, seed),
            rights,
            strict=False,
        )
        return tuple(self._example(*row) for row in rows)

    def _example(self, args: Args, mine: Outcome, right: Outcome, passed: bool) -> Example:
        return Example(
            f"{self.name}({', '.join(plain.describe(arg, 120) for arg in args)})",
            plain.describe(right.value),
            explain(mine.failure) if mine.failure else plain.describe(mine.value),
            passed,
        )

    def smallest_failure(self, misconception: Callable[..., Any], seed: int = 0) -> Example | None:
        """The shortest call on which a wrong answer of ours goes wrong.

        Returns
        -------
        example : Example or None
            None where every such call is too long to be read on a card, or shows no difference in
            what comes back.
        """
        rights = self._run_trusted(self.reference, seed)
        examples = [
            self._example(args, mine, rights[i], False)
            for i, (_, args) in enumerate(self._asked(seed))
            if (mine := self._mistake(misconception, seed, i)) and not rights[i].failure
        ]
        readable = [e for e in examples if "…" not in e.call and e.expected != e.got]
        return min(readable, key=lambda e: len(e.call), default=None)


@dataclass(frozen=True, kw_only=True, eq=False)
class BreakIt(Exercise):
    """Return an input on which a flawed answer is wrong: ``answer(defect) -> arguments``.

    Parameters
    ----------
    right : callable
        The right answer to the question that the flawed ones try to answer.
    defects : dict of str to callable
        Flawed answers, each with one defect; the answer is called once for each name.
    problem : callable
        ``problem(arguments)`` says in one sentence what is wrong with an input that is not
        allowed, and returns an empty string otherwise. It bounds the size of the input.
    """

    right: Callable[..., Any]
    defects: dict[str, Callable[..., Any]]
    problem: Callable[[Any], str]

    @functools.cached_property
    def _docstring_calls(self) -> tuple[Args, ...]:
        return ()

    @functools.cache  # noqa: B019
    def _plan(self, seed: int) -> Plan:
        return tuple((f"breaks_{defect}", ((defect,),)) for defect in self.defects)

    def _verdicts(
        self, outcomes: Sequence[Outcome], rights: Sequence[bool], seed: int
    ) -> tuple[Verdict, ...]:
        rows = zip(self.defects, outcomes, rights, strict=True)
        return tuple(
            Verdict(
                f"breaks_{defect}",
                self._obstacle(mine)
                or ("the right and the flawed answer differ" if held else self._same(mine)),
                held,
                held,
                1.0,
            )
            for defect, mine, held in rows
        )

    def _obstacle(self, outcome: Outcome) -> str:
        if outcome.failure:
            return explain(outcome.failure)
        try:
            return self.problem(outcome.value)
        except Exception:
            return "the input is not of the form that the docstring asks for"

    def _same(self, outcome: Outcome) -> str:
        """What both answers say about an input that does not tell them apart."""
        right = calls.Runner(self.right)(tuple(outcome.value))
        if right.failure:
            return f"the right answer fails on it: {explain(right.failure)}"
        return f"the right and the flawed answer are the same: {plain.describe(right.value, 60)}"

    def _right(self, i: int, mine: Outcome, seed: int) -> bool:
        _, (defect,) = self._asked(seed)[i]
        return bool(self._exposed(mine, [defect]))

    def _exposed(self, outcome: Outcome, among: Iterable[str]) -> frozenset[str]:
        """The defects that an input shows."""
        if self._obstacle(outcome):
            return frozenset()
        args = tuple(outcome.value)
        right = calls.Runner(self.right)(args)
        if right.failure:
            return frozenset()
        flawed = {name: calls.Runner(self.defects[name])(args) for name in among}
        return frozenset(
            name
            for name, theirs in flawed.items()
            if theirs.failure or not self._agree(right.value, theirs.value)
        )

    def _points(
        self,
        outcomes: Sequence[Outcome],
        rights: Sequence[bool],
        verdicts: Sequence[Verdict],
        seed: int,
    ) -> float:
        return self._share(verdicts)

    def _alike(self, mine: Outcome, theirs: Outcome) -> bool:
        if mine.failure or theirs.failure:
            return _kind(mine) == _kind(theirs)
        same_obstacle = self._obstacle(mine) == self._obstacle(theirs)
        return same_obstacle and (
            self._exposed(mine, self.defects) == self._exposed(theirs, self.defects)
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class WriteTheTest(Exercise):
    """Tell right implementations from wrong ones: ``answer(implementation) -> bool``.

    A test that raises has rejected the implementation, as in any test suite.

    Parameters
    ----------
    right, wrong : dict of str to callable
        The implementations on trial. The answer sees a stand-in without a telling name.
    enough : int
        How many of the wrong ones must be rejected for full marks. A right one that is rejected
        costs them all.
    """

    right: dict[str, Callable[..., Any]]
    wrong: dict[str, Callable[..., Any]]
    enough: int

    _alike_enough = 1.0

    def __post_init__(self) -> None:
        super().__post_init__()
        object.__setattr__(self, "candidates", {**self.right, **self.wrong})

    @functools.cached_property
    def _docstring_calls(self) -> tuple[Args, ...]:
        return ()

    @functools.cache  # noqa: B019
    def _plan(self, seed: int) -> Plan:
        # In an order that tells nothing about which is which.
        keys = np.random.default_rng(seed).permutation(sorted(self.candidates)).tolist()
        return (("tells_right_from_wrong", tuple((plain.Candidate(key),) for key in keys)),)

    def _right(self, i: int, mine: Outcome, seed: int) -> bool:
        _, (candidate,) = self._asked(seed)[i]
        return _accepts(mine) is (candidate.key in self.right)

    def _verdicts(
        self, outcomes: Sequence[Outcome], rights: Sequence[bool], seed: int
    ) -> tuple[Verdict, ...]:
        keys = [args[0].key for args in self.inputs(seed)]
        caught = dict(zip(keys, rights, strict=True))
        rejected = sum(caught[key] for key in self.wrong)
        missed = [key for key in self.wrong if not caught[key]]
        accepted = all(caught[key] for key in self.right)
        reason = (
            f"{rejected} of {len(self.wrong)} wrong ones are rejected, {self.enough} are enough"
        )
        if missed:
            reason += f"; {missed[0]} gets through"
        share = min(1.0, rejected / self.enough)
        return (
            Verdict("accepts_right_answers", "every right one is accepted", accepted, accepted, 0),
            Verdict("rejects_wrong_answers", reason, share == 1, share, 1.0),
        )

    def _points(
        self,
        outcomes: Sequence[Outcome],
        rights: Sequence[bool],
        verdicts: Sequence[Verdict],
        seed: int,
    ) -> float:
        accepts, _ = verdicts
        return self._share(verdicts) if accepts.held else 0.0


@dataclass(frozen=True)
class Metric:
    """One number by which predictions are scored.

    ``measure(value, truth)`` is higher or lower for better predictions, whichever way the
    reference differs from the baseline.
    """

    name: str
    measure: Callable[[Any, Any], float]
    points: float = 1.0


@dataclass(frozen=True, kw_only=True, eq=False)
class BeatIt(Exercise):
    """Predict what only marking can see. Points rise from the baseline's score to the reference's.

    Parameters
    ----------
    task : callable
        ``task(seed) -> (arguments, truth)``: what the answer is called with, and the hold-out.
    baseline : callable
        The simple method to beat, with the reference's signature.
    metrics : sequence of Metric
        How predictions are scored against the truth.
    problem : callable
        ``problem(value, *arguments)`` says in one sentence why a value is no valid prediction,
        and returns an empty string otherwise.
    par : float
        The part of the way from the baseline to the reference that earns full marks.
    """

    task: Callable[[int], tuple[Args, Any]]
    baseline: Callable[..., Any]
    metrics: Sequence[Metric]
    problem: Callable[..., str]
    par: float = 0.95

    @functools.cached_property
    def _docstring_calls(self) -> tuple[Args, ...]:
        return ()

    @functools.cache  # noqa: B019
    def _task(self, seed: int) -> tuple[Args, Any]:
        return self.task(seed)

    @functools.cache  # noqa: B019
    def _plan(self, seed: int) -> Plan:
        args, _ = self._task(seed)
        return (("well_formed", (args,)),)

    def _obstacle(self, outcome: Outcome, seed: int) -> str:
        if outcome.failure:
            return explain(outcome.failure)
        try:
            return self.problem(outcome.value, *self._task(seed)[0])
        except Exception:
            return "the value is not of the form that the docstring asks for"

    def _scores(self, outcome: Outcome, seed: int) -> list[float]:
        """One score a metric; NaN where the value is no valid prediction."""
        if self._obstacle(outcome, seed):
            return [float("nan")] * len(self.metrics)
        _, truth = self._task(seed)
        try:
            return [float(metric.measure(outcome.value, truth)) for metric in self.metrics]
        except Exception:
            # What passed `problem` and still cannot be scored earns nothing.
            return [float("nan")] * len(self.metrics)

    def _verdicts(
        self, outcomes: Sequence[Outcome], rights: Sequence[bool], seed: int
    ) -> tuple[Verdict, ...]:
        (outcome,) = outcomes
        obstacle = self._obstacle(outcome, seed)
        well_formed = Verdict(
            "well_formed", obstacle or "valid predictions", not obstacle, not obstacle, 0.0
        )
        low = self._scores(self._run_trusted(self.baseline, seed)[0], seed)
        high = self._scores(self._run_trusted(self.reference, seed)[0], seed)
        rows = zip(self.metrics, self._scores(outcome, seed), low, high, strict=True)
        return (well_formed, *(self._score_verdict(*row) for row in rows))

    def _score_verdict(self, metric: Metric, score: float, low: float, high: float) -> Verdict:
        part = (score - low) / (high - low)
        share = min(1.0, max(0.0, part / self.par)) if np.isfinite(part) else 0.0
        reason = f"you reach {score:.3f}, the baseline {low:.3f}, the reference {high:.3f}"
        return Verdict(metric.name, reason, share == 1, share, metric.points)

    def _right(self, i: int, mine: Outcome, seed: int) -> bool:
        return not self._obstacle(mine, seed)

    def _points(
        self,
        outcomes: Sequence[Outcome],
        rights: Sequence[bool],
        verdicts: Sequence[Verdict],
        seed: int,
    ) -> float:
        return self._share(verdicts)

    def smallest_failure(self, misconception: Callable[..., Any], seed: int = 0) -> Example | None:
        """None: predictions are poor as a whole, not on one call."""
        return None

    def _message(
        self,
        outcomes: Sequence[Outcome],
        rights: Sequence[bool],
        verdicts: Sequence[Verdict],
        misconception: Callable[..., Any] | None,
        seed: int,
    ) -> str:
        if verdicts[0].held and not misconception:
            return "; ".join(f"{v.name}: {v.reason}" for v in verdicts[1:]) + "."
        return super()._message(outcomes, rights, verdicts, misconception, seed)

    def _misconception(
        self, outcomes: Sequence[Outcome], rights: Sequence[bool], seed: int
    ) -> Callable[..., Any] | None:
        (mine,) = outcomes
        for misconception in self.misconceptions:
            (theirs,) = self._run_trusted(misconception, seed)
            if mine.failure or theirs.failure:
                alike = _kind(mine) == _kind(theirs)
            elif obstacle := self._obstacle(mine, seed):
                same_form = _form(mine.value) == _form(theirs.value)
                alike = same_form and obstacle == self._obstacle(theirs, seed)
            else:
                alike = plain.close(self._scores(theirs, seed), self._scores(mine, seed), 1e-4)
            if alike:
                return misconception
        return None


def problem_with_table(table: Any, largest: int, values: Sequence[int], what: str) -> str:
    """What is wrong with a small table that a learner made up, in one sentence; empty if nothing.

    Parameters
    ----------
    table : object
        Should be rows of equal length.
    largest : int
        The most rows and the most columns that somebody can check by hand.
    values : sequence of int
        What may stand in the table.
    what : str
        The sentence that says so.
    """
    cells = np.asarray(table)
    if cells.ndim != 2:
        return "R, the first of the values, is a table: a list of rows of equal length"
    if not 1 <= max(cells.shape) <= largest:
        return f"R has at most {largest} rows and {largest} columns"
    if cells.dtype.kind not in "iuf" or not np.isin(cells, values).all():
        return what
    return ""


def problem_with_days(y: Any) -> str:
    """What is wrong with a short series that a learner made up, in one sentence; empty if nothing.

    Parameters
    ----------
    y : object
        Should be at most 20 days, each a whole number from 0 to 99.
    """
    if not isinstance(y, (tuple, list, np.ndarray)) or len(y) > 20:
        return "y is a list of at most 20 days"
    if not all(plain.is_whole(day) and 0 <= day <= 99 for day in y):
        return "a day is a whole number from 0 to 99"
    return ""


def _done(outcome: Outcome) -> bytes:
    return plain.dumps([outcome.value, outcome.after])


def _kind(outcome: Outcome) -> str | None:
    return outcome.failure.kind if outcome.failure else None


KINDS: tuple[tuple[str, Any], ...] = (
    ("True or False", (bool, np.bool_)),
    ("a number", (int, float, np.number)),
    ("text", str),
    ("a table", pd.DataFrame),
    ("a sequence", (list, tuple, np.ndarray, pd.Series, pd.Index)),
)


def _kind_of_value(value: Any) -> str:
    if isinstance(value, plain.Opaque):
        return f"something of type {value.kind}"
    known = (words for words, types in KINDS if isinstance(value, types))
    return next(known, f"something of type {type(value).__name__}")


def _form(value: Any) -> tuple[str, tuple[int, ...]]:
    """What a value looks like from outside: its kind, and its shape where it has one."""
    if not isinstance(value, (list, tuple, np.ndarray, pd.Series, pd.DataFrame)):
        return type(value).__name__, ()
    try:
        return "array", np.shape(value)
    except ValueError:
        return "ragged", (len(value),)


def _accepts(outcome: Outcome) -> bool | None:
    """What a learner's test said; None when it said neither yes nor no."""
    if outcome.failure:
        return False
    return bool(outcome.value) if isinstance(outcome.value, (bool, np.bool_)) else None


def _mutable(arg: Any) -> bool:
    return not isinstance(arg, (str, int, float, bool, tuple, type(None), plain.Candidate))


def explain(failure: Failure) -> str:
    """A failure in one sentence, for the person whose code it was."""
    if failure.kind == "Timeout":
        return "The call did not finish in time: look for a loop that never ends."
    if failure.kind == "Crash":
        return f"The call {failure.message}."
    if failure.kind == "NotRun":
        return f"Not run: {failure.message.removeprefix('not run, ')}."
    text = f"{failure.kind}: {failure.message}" if failure.message else failure.kind
    return f"{text} (at `{failure.line}`)" if failure.line else text


# ---- finding exercises ----------------------------------------------------------------------


@functools.cache
def topics() -> tuple[str, ...]:
    """The topics that have exercises, in the order of the course."""
    rooms = {path.parent.name for path in (ROOT / "solutions").glob("*/exercises.py")}
    return tuple(sorted(rooms, key=lambda topic: (notebook_stem(topic), topic)))


@functools.cache
def notebook_stem(topic: str) -> str:
    """``03_collaborative_filtering`` for ``collaborative_filtering``."""
    found = sorted(path.stem for path in (ROOT / "notebooks").glob(f"[0-9][0-9]_{topic}.ipynb"))
    return found[0] if found else f"99_{topic}"


def reference_text(topic: str) -> str:
    """The source of a topic's reference."""
    return (ROOT / "solutions" / topic / "reference.py").read_text("utf-8")


@functools.cache
def defined(topic: str) -> frozenset[str]:
    """The functions that a topic's reference defines, found in the text: nothing is imported."""
    return frozenset(re.findall(r"^def ([a-z]\w*)\(", reference_text(topic), re.MULTILINE))


def topic_of(name: str) -> str | None:
    """The topic whose reference defines ``name``."""
    return next((topic for topic in topics() if name in defined(topic)), None)


@functools.cache
def _load(topic: str) -> tuple[Exercise, ...]:
    module = importlib.import_module(f"solutions.{topic}.exercises")
    return tuple(value for value in vars(module).values() if isinstance(value, Exercise))


def load(topic: str) -> dict[str, Exercise]:
    """The exercises of a topic by name, in teaching order.

    Raises
    ------
    ValueError
        When there is no such topic; the message names the known ones.

    Examples
    --------
    >>> next(iter(load("collaborative_filtering")))
    'break_recommender'
    """
    if topic not in topics():
        known = ", ".join(topics())
        raise ValueError(f"There is no topic {topic!r}: choose one of {known}.")
    return {exercise.name: exercise for exercise in _load(topic)}
