"""Whatever an athlete changes how often, their workouts are asked for once a minute."""

from typing import Any

import pytest

from stadion.work import Work
from telemetry.metrics.athletes import service, store
from telemetry.metrics.athletes.domain import Touched
from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, Service


@pytest.fixture
def delays(telemetry: Service, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Of what is left for `on_touched_days`."""
    found: list[int] = []

    def enqueue(_: str, work: list[Work], *, delay_s: int) -> None:
        found.extend(delay_s for _ in work)

    monkeypatch.setattr(service, "EACH_S", 60)
    monkeypatch.setattr(service, "QUIET_S", 5)
    monkeypatch.setattr(service, "enqueue", enqueue)
    return found


def change(clock: Clock) -> None:
    service.ask_for(ATHLETE, Touched(), correlation_id="c", now=clock.now())


def settle(clock: Clock) -> Any:
    store.settle(store.TO_MEASURE.read(ATHLETE), clock.now())


def test_a_change_is_measured_in_a_moment_and_the_next_one_a_minute_after_it(
    delays: list[int], standing_clock: Clock
) -> None:
    change(standing_clock)
    standing_clock.advance(seconds=5)
    settle(standing_clock)
    for _ in range(3):
        standing_clock.advance(seconds=10)
        change(standing_clock)

    assert delays == [5, 50, 40, 30]  # all of them at the same moment, when the last one asks for all


def test_who_changes_something_seldom_never_waits(delays: list[int], standing_clock: Clock) -> None:
    for _ in range(3):
        change(standing_clock)
        settle(standing_clock)
        standing_clock.advance(minutes=2)

    assert delays == [5, 5, 5]
