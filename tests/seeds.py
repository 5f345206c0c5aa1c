"""Which wrong answers pass on one seed or another: ``make seeds``.

    python tests/seeds.py                     every topic
    python tests/seeds.py propensity          one topic
    python tests/seeds.py propensity brier_ece   one exercise

The proof tries every known mistake on a few seeds, and a class is marked on another one. Here every
known mistake and every wrong answer that was written blind is tried on `SEEDS` of them. Hold-outs
are left out: how near to the reference an answer comes depends on the draw. Fails when a wrong
answer passes.
"""

from __future__ import annotations

import sys
import warnings
from collections import Counter

from tests import chosen
from tests.test_natural_answers import TOPICS, answers
from utils.exercises import BeatIt, WriteIt, mutation
from utils.exercises.attempt import sheet
from utils.exercises.diagnosis import family
from utils.exercises.proof import mark_of_ours

SEEDS = range(100, 120)


def wrong_answers(topic, task):
    """The wrong answers to an exercise, by name."""
    known = [member for each in task.misconceptions for member in family(each)]
    found = {member.__name__: member for member in known}
    for name, right, written, answer in answers(topic) if topic in TOPICS else ():
        if name == task.name and not right:
            found[written] = answer
    return found


def passes(task, wrong):
    """On how many seeds each of the wrong answers passes; those alone that ever do."""
    n = Counter()
    for seed in SEEDS:
        # Of one seed after the other: what is kept for one serves all answers.
        sheet.cache_clear()
        n.update(name for name, answer in wrong.items() if passes_on(task, answer, seed))
    return dict(n)


def passes_on(task, answer, seed):
    """Whether an answer passes; where one wrong call is enough to fail, no more are made."""
    if isinstance(task, WriteIt):
        return not mutation.noticed(task, answer, seed)
    return mark_of_ours(task, answer, seed).passed


def main(words):
    """Print what passes; 1 when anything does."""
    warnings.simplefilter("ignore")
    found = 0
    for topic, tasks in chosen.exercises(words).items():
        tried = 0
        for name, task in tasks.items():
            if isinstance(task, BeatIt):
                continue
            wrong = wrong_answers(topic, task)
            tried += len(wrong)
            passed = passes(task, wrong)
            found += len(passed)
            for answer, n in passed.items():
                print(f"{topic}.{name}: {answer} passes on {n} of {len(SEEDS)}", flush=True)
        print(f"{topic}: {tried} wrong answers, {len(SEEDS)} seeds each", flush=True)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
