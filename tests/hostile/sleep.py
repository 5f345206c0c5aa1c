"""Sleeps, so that no limit of computing time is reached."""


def average_basket(basket_ids, sales):
    import time

    time.sleep(3600)
