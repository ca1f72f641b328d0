from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.bench_decoding import CASES, ratio, report


@pytest.mark.parametrize(("file", "oracle", "theirs", "limit"), CASES, ids=[case[0] for case in CASES])
def test_decoding_takes_a_small_share_of_the_usual_library(
    file: str, oracle: str, theirs: Callable[[Path], None], limit: float
) -> None:
    found = ratio(file, oracle, theirs, limit)
    print(report([found]))
    assert found.decoded <= limit
    if file.endswith(".fit"):
        assert found.measured <= limit
