"""Raises an exception that cannot be shown."""


class Liar(Exception):
    def __str__(self):
        raise RuntimeError

    __repr__ = __str__


def average_basket(basket_ids, sales):
    raise Liar
