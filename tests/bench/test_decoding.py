from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bench.bench_decoding import CASES, MIB, memory, ratio, report


@pytest.mark.parametrize(("file", "oracle", "theirs", "limit", "goal"), CASES, ids=[case[0] for case in CASES])
def test_decoding_takes_a_small_share_of_the_usual_library(
    file: str, oracle: str, theirs: Callable[[Path], None], limit: float, goal: float
) -> None:
    found = ratio(file, oracle, theirs, limit, goal)
    print(report([found]))
    assert found.decoded <= limit
    if file.endswith(".fit"):
        assert found.measured <= limit


def test_a_ride_of_six_hours_fits_many_times_into_the_smallest_function() -> None:
    told = memory()
    print(told)
    assert told.records > 16_500
    assert 0 < told.peak < 64 * MIB
