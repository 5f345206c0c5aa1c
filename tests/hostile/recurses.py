"""Calls itself without end."""


def average_basket(basket_ids, sales):
    return average_basket(basket_ids, sales)
