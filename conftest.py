"""What every docstring of an exercise in SQL may use."""

import pytest

from utils import sql


@pytest.fixture(autouse=True)
def _ask(doctest_namespace):
    doctest_namespace["ask"] = sql.ask
