"""The exercises that somebody names on the command line of a script."""

from __future__ import annotations

import sys

from utils import catalogue


def exercises(words):
    """Topics and their exercises by name: all, those of one topic, or one of them.

    Ends with a sentence where there is no such topic or exercise.
    """
    try:
        found = {topic: catalogue.load(topic) for topic in words[:1] or catalogue.topics()}
    except ValueError as error:
        sys.exit(str(error))
    if words[1:]:
        known = found[words[0]]
        if words[1] not in known:
            sys.exit(
                f"There is no exercise {words[1]} in {words[0]}: choose of {', '.join(known)}."
            )
        found[words[0]] = {words[1]: known[words[1]]}
    return found
