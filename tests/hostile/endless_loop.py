"""Never ends."""


def average_basket(basket_ids, sales):
    while True:
        pass
