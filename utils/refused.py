"""Why a command cannot do what it was asked for, and how a notebook shows such a sentence."""


class Refused(Exception):
    """What was asked for cannot be done; the text is one sentence for the person who asked.

    `utils.cli` shows it and ends with an error. What a caller may want to tell apart has a class of
    its own that is derived from this one.
    """


class OneSentence:
    """Of an exception, a notebook shows the text alone: where in the course it was is no help."""

    def _render_traceback_(self) -> list[str]:
        return [str(self)]
