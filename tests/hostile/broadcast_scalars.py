"""Sends a table of 20,000 columns, each one number for a million rows."""


def average_basket(basket_ids, sales):
    import os
    import struct

    rows = b"\0" * 1_000_000
    index = '{"names":[null],"freq":null,"column":{"t":"array","dtype":"|i1","shape":[1000000],"at":[0,1000000]}}'
    labels = (
        '{"names":[null],"freq":null,"column":{"t":"column","dtype":"object","v":[%s]}}'
        % ",".join(map(str, range(20_000)))
    )
    columns = ",".join(["7"] * 20_000)
    text = '{"t":"frame","columns":%s,"index":%s,"v":[%s]}' % (labels, index, columns)
    value = text.encode() + b"\0" + rows
    note = b'[null, ""]'
    message = struct.pack(">QQQ", len(value), 0, len(note)) + value + note
    os.write(3, struct.pack(">cQ", b"O", len(message)))
    while message:
        message = message[os.write(3, message) :]
    return 7.0
