"""Prints without end."""


def average_basket(basket_ids, sales):
    import os
    import sys

    for _ in range(2000):
        print("x" * 10_000)
        sys.stderr.write("y" * 10_000)
        os.write(1, b"z" * 10_000)
    return None
