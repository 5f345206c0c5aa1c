"""Kills its process in the cell that defines it, as somebody else might have."""

import os
import signal


def average_basket(basket_ids, sales):
    os.kill(0, signal.SIGKILL)


average_basket([1], [2.0])
