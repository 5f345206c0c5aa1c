"""Announces a reply, sends half of it and then one byte at a time."""


def average_basket(basket_ids, sales):
    import os
    import struct
    import time

    os.write(3, struct.pack(">cQ", b"O", 10_000_000))
    while True:
        os.write(3, b"0")
        time.sleep(0.01)
