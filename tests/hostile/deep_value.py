"""Returns lists nested deeper than a stack."""


def average_basket(basket_ids, sales):
    value = []
    for _ in range(100_000):
        value = [value]
    return value
