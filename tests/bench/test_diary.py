import pytest

from tests.bench.bench_diary import SIZES, UNBOUNDED, measured, report
from tests.kit.stack import DeployedStack

MOST_GROWTH = 1.5


def test_a_long_diary_is_as_quick_as_a_short_one(stack: DeployedStack, capfd: pytest.CaptureFixture[str]) -> None:
    found = measured(stack, SIZES)

    with capfd.disabled():
        print(report(found))
    growth = {name: round(times.growth, 2) for name, times in found.items() if name not in UNBOUNDED}
    assert max(growth.values()) <= MOST_GROWTH, growth
