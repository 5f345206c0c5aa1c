"""Answers that people write from the statement alone: every right one passes, no wrong one does.

``tests/natural_answers/<topic>.py`` was written by readers of the learner's notebook who had not
seen the checks: ``<exercise>__right_<how>``, and ``<exercise>__wrong_<slip>`` with what is wrong in
the docstring. Where a wrong answer is told known misconceptions, the names must be among those that
``TRUE`` of the file gives it; described differences are true by construction. The shares are
printed by ``python tests/test_natural_answers.py [TOPIC]``. The inputs are those of a learner.
"""

import ast
import importlib.util
import inspect
import sys
import warnings
from collections import Counter

import pytest

from utils import catalogue
from utils.catalogue import ROOT
from utils.exercises import BeatIt
from utils.exercises.diagnosis import DIFFERENCE, MISCONCEPTION
from utils.exercises.prepared import SEED
from utils.exercises.proof import mark_of_ours

FOLDER = ROOT / "tests" / "natural_answers"
TOPICS = sorted(path.stem for path in FOLDER.glob("*.py"))
# The suite tries all right answers and one wrong answer in so many; the script below tries all.
ONE_IN = 10


def bank(topic):
    """The module of a topic."""
    path = FOLDER / f"{topic}.py"
    spec = importlib.util.spec_from_file_location(f"natural_answers_{topic}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def answers(topic):
    """Exercise, whether it is right, name and answer; in the order of the file."""
    for name, value in list(vars(bank(topic)).items()):
        exercise, _, rest = name.partition("__")
        if rest.startswith(("right_", "wrong_")) and callable(value):
            yield exercise, rest.startswith("right_"), name, value


def told(mark):
    """The names of known mistakes that a card tells."""
    kind = mark.diagnosis and mark.diagnosis.kind
    return {*mark.diagnosis.names} if kind == MISCONCEPTION else set()


def mark_of(topic, exercise, answer):
    with warnings.catch_warnings(action="ignore"):
        return mark_of_ours(catalogue.load(topic)[exercise], answer, SEED)


@pytest.mark.parametrize("topic", TOPICS)
def test_no_answer_hides_an_earlier_one(topic):
    body = ast.parse((FOLDER / f"{topic}.py").read_text(encoding="utf-8")).body
    bound = [each.name for each in body if isinstance(each, (ast.FunctionDef, ast.ClassDef))]
    true = next(each for each in body if ast.unparse(each).startswith("TRUE = "))
    explained = [ast.literal_eval(key) for key in true.value.keys]
    for names in (bound, explained):
        assert [name for name, n in Counter(names).items() if n > 1] == []
    assert {*explained} <= {*bound}


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_true_of_an_answer_is_a_known_mistake(topic):
    tasks = catalogue.load(topic).values()
    known = {each.__name__ for task in tasks for each in task.misconceptions}
    assert {name for names in bank(topic).TRUE.values() for name in names} <= known


@pytest.mark.parametrize("topic", TOPICS)
def test_right_answers_pass_and_wrong_ones_are_told_nothing_false(topic):
    true = getattr(bank(topic), "TRUE", {})
    problems = []
    for number, (exercise, right, name, answer) in enumerate(answers(topic)):
        if not right and number % ONE_IN:
            continue
        # A hold-out takes seconds an answer: the script below tries these.
        if isinstance(catalogue.load(topic)[exercise], BeatIt):
            continue
        mark = mark_of(topic, exercise, answer)
        if right and not mark.passed:
            problems.append(f"{name} is right and told: {mark.message}")
        elif not right and mark.passed:
            problems.append(f"{name} passes")
        elif not right and (untrue := told(mark) - {*true.get(name, ())}):
            problems.append(f"{name} is told {', '.join(untrue)}")
    assert problems == []


def report(topics):
    """Print what is told, and the shares."""
    count = Counter()
    for topic in topics:
        own = Counter()
        true = getattr(bank(topic), "TRUE", {})
        for exercise, right, name, answer in answers(topic):
            mark = mark_of(topic, exercise, answer)
            kind = mark.diagnosis.kind if mark.diagnosis else "passed" if mark.passed else "none"
            own["right" if right else "wrong"] += 1
            if right:
                own["right accepted"] += mark.passed
                if not mark.passed:
                    print(f"REFUSED {name}: {mark.failed_properties} {mark.message[:200]}")
                continue
            own["wrong rejected"] += not mark.passed
            own["named"] += kind == MISCONCEPTION
            own["described"] += kind == DIFFERENCE
            if mark.passed:
                print(f"PASSES {name}: {inspect.getdoc(answer)}")
            elif kind == MISCONCEPTION:
                known = told(mark) <= {*true.get(name, ())}
                print(f"{'named' if known else 'NAMED?'} {name} -> {mark.diagnosis.names}")
            else:
                print(f"{kind} {name} {mark.diagnosis.names}: {mark.message[:160]}")
        print(topic, dict(own), flush=True)
        count += own
    print("all", dict(count))


if __name__ == "__main__":
    report(sys.argv[1:] or TOPICS)
