"""Why a command cannot do what it was asked for."""


class Refused(Exception):
    """What was asked for cannot be done; the text is one sentence for the person who asked.

    `utils.cli` shows it and ends with an error. What a caller may want to tell apart has a class of
    its own that is derived from this one.
    """
