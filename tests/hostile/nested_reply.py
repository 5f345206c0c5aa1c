"""Sends a value that is nested a million times."""


def average_basket(basket_ids, sales):
    import os
    import struct

    value = b"[" * 1_000_000 + b"]" * 1_000_000
    note = b"[" * 100_000 + b"]" * 100_000
    message = struct.pack(">QQQ", len(value), 0, len(note)) + value + note
    data = struct.pack(">cQ", b"O", len(message)) + message
    while data:
        data = data[os.write(3, data) :]
    return 7.0
