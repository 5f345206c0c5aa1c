"""Asks for more memory than there is."""


def average_basket(basket_ids, sales):
    kept = []
    while True:
        kept.append(bytearray(2**30))
