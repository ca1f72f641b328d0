"""A function may do what it does, and nothing else: what all stacks of this run saw, beside the templates."""

import os
from pathlib import Path

import pytest

from tests.kit import used_rights
from tests.kit.templates import Synthesised

FOLDER = os.environ.get("STADION_USED_RIGHTS", "")
pytestmark = pytest.mark.skipif(not FOLDER, reason="nobody noted what functions asked for: a run of `make test` does")


def test_no_function_asks_for_what_aws_would_refuse(local: Synthesised) -> None:
    assert used_rights.missing(local, Path(FOLDER)) == []


@pytest.mark.skipif(not os.environ.get("STADION_WHOLE_RUN"), reason="only a whole run sees all that functions do")
def test_a_right_that_nobody_used_stands_on_the_list_with_its_reason(local: Synthesised) -> None:
    assert len(used_rights.used(Path(FOLDER))) > 50
    assert used_rights.too_many(local, Path(FOLDER)) == []
    assert used_rights.out_of_date(local) == []
