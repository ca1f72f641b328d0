import pytest

from tests.bench.bench_lists import measured, report
from tests.kit.services import Service

SIZE = 5_000
MOST = 3


def test_a_page_of_a_long_diary_costs_three_requests_at_most(
    workouts: Service, capfd: pytest.CaptureFixture[str]
) -> None:
    found = measured(workouts, SIZE)
    with capfd.disabled():
        print(report(found, SIZE))
    assert {name: cost.requests for name, cost in found.items() if cost.requests > MOST} == {}
    assert found["newest first"].requests == found["of a sport"].requests == 2
