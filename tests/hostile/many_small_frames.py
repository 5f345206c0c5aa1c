"""Returns as many small tables as fit into a reply."""


def average_basket(basket_ids, sales):
    import pandas as pd

    return [pd.DataFrame({"a": [1]})] * 30_000
