"""Returns a list that contains itself."""


def average_basket(basket_ids, sales):
    loop = []
    loop.append(loop)
    return loop
