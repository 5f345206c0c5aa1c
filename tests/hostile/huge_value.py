"""Returns more than a result can be."""


def average_basket(basket_ids, sales):
    return [list(range(1000)) for _ in range(2000)]
