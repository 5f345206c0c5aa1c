"""Sends 15 MB as what it printed, and as the text of its error."""


def average_basket(basket_ids, sales):
    import json
    import os
    import struct

    note = json.dumps(
        [["E" * 1_000_000, "m" * 7_000_000, "l" * 1_000_000], "p" * 6_000_000]
    ).encode()
    message = struct.pack(">QQQ", 4, 0, len(note)) + b"null" + note
    os.write(3, struct.pack(">cQ", b"O", len(message)))
    while message:
        message = message[os.write(3, message) :]
    return 7.0
