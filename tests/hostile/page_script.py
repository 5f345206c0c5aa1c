"""Prints and says what a page must escape."""


def average_basket(basket_ids, sales):
    print("<script>alert(1)</script>")
    raise ValueError("<img src=x onerror=alert(1)>")
