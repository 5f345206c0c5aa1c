"""Reads memory that is not there."""


def average_basket(basket_ids, sales):
    import ctypes

    return ctypes.string_at(0)
