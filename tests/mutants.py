"""How many small changes to the references the checks notice: ``make mutants``.

    python tests/mutants.py                     every topic
    python tests/mutants.py propensity          one topic
    python tests/mutants.py propensity brier_ece   one exercise

Prints, for each exercise, the mutants that survive and are not explained in
``tests/equivalent_mutants/<topic>.yaml`` (identity of the mutant: why it changes nothing that the
docstring promises), and a score per topic: the share of mutants that is noticed or explained. Fails
when an unexplained one is left.
"""

from __future__ import annotations

import sys
import warnings

from tests import chosen
from utils.exercises import WriteIt, mutation


def main(words):
    """Print survivors and scores; 1 when an unexplained one is left."""
    left = 0
    warnings.simplefilter("ignore")
    for topic, tasks in chosen.exercises(words).items():
        tried, open_ones, explained = 0, 0, 0
        known = mutation.reasons(topic)
        for name, task in tasks.items():
            # A hold-out is scored as a whole, and a small change may be as good.
            if not isinstance(task, WriteIt):
                continue
            alive, n = mutation.survivors(topic, name)
            tried += n
            for mutant in alive:
                if mutant.identity in known:
                    explained += 1
                else:
                    open_ones += 1
                    print(f"{topic}.{name}: {mutant.identity}", flush=True)
        if tried:
            share = 100 * (tried - open_ones) / tried
            print(
                f"{topic}: {share:.1f} % of {tried} mutants noticed or explained "
                f"({explained} explained, {open_ones} left)",
                flush=True,
            )
        left += open_ones
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
