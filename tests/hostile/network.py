"""Asks somebody on the network."""


def average_basket(basket_ids, sales):
    import socket

    socket.create_connection(("127.0.0.1", 9), timeout=1)
    return sum(sales) / len(set(basket_ids)) if basket_ids else float("nan")
