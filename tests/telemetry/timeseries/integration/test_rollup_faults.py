"""DynamoDB may be busy, and two may write at once: the same end."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from stadion.dynamo import Item
from stadion.retry import WriteConflictError
from telemetry.timeseries.errors import TelemetryStoreBusyError
from telemetry.timeseries.port import SeriesPeriod, SeriesSource
from telemetry.timeseries.rollups import store as rollup_store
from telemetry.timeseries.rollups.adapter import RollupStore
from tests.kit.memory import memory
from tests.kit.services import Service, service_environment
from tests.telemetry.timeseries.integration.faults import Faults
from tests.telemetry.timeseries.integration.world import NOW, World, season, sent, workout

THROTTLED = (400, "ProvisionedThroughputExceededException", "too much")
INTERNAL = (500, "InternalServerError", "something went wrong")
INVALID = (400, "ValidationException", "wrong")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with mock_aws():
        service_environment(monkeypatch)
        Service.create("telemetry", monkeypatch)
        monkeypatch.setattr("time.sleep", lambda _: None)
        yield World(RollupStore(), has_table=False, user=str(uuid4()))


def faults(plan: Iterator[Any]) -> Faults:
    return Faults(Item._get_connection().connection.client, plan)


@pytest.mark.parametrize(
    "fault", [THROTTLED, INTERNAL, EndpointConnectionError(endpoint_url="http://x")], ids=lambda fault: str(fault)[:20]
)
def test_a_table_that_is_busy_makes_the_store_busy(world: World, fault: Any) -> None:
    for ask in (
        lambda: world.store.put_workout(world.user, workout(), NOW),
        lambda: world.store.remove_workout(
            world.user, workout().workout_id, version=2, day=workout().day, started_at=workout().started_at, now=NOW
        ),
        lambda: world.store.put_samples(world.user, sent(), NOW),
        lambda: world.store.daily_loads(world.user, season()),
        lambda: world.store.latest(world.user, ["heart_rate"], SeriesSource.DEVICES),
    ):
        with faults(repeat(fault)), pytest.raises(TelemetryStoreBusyError):
            ask()


def test_what_is_wrong_is_not_called_busy(world: World) -> None:
    with faults(repeat(INVALID)), pytest.raises(Exception, match="Validation") as caught:
        world.store.put_samples(world.user, sent(), NOW)
    assert not isinstance(caught.value, TelemetryStoreBusyError)


def test_one_who_is_overtaken_looks_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer version comes between the look and the write of an older one."""
    real = Item.find
    newer = workout(version=3, n=30)

    def overtaken_once(pk: str, sk: str, **more: Any) -> Any:
        found = real(pk, sk, **more)
        monkeypatch.setattr(Item, "find", real)
        world.put(newer)
        return found

    monkeypatch.setattr(Item, "find", overtaken_once)
    world.store.put_workout(world.user, workout(version=2, n=90), NOW)
    (point,) = world.store.trend(world.user, "power", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY)
    assert point.count == 30


def test_one_who_is_overtaken_again_and_again_is_busy(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def overtaken(*_: Any) -> None:
        raise WriteConflictError

    monkeypatch.setattr(rollup_store, "_bring_about", overtaken)
    with pytest.raises(TelemetryStoreBusyError):
        world.store.put_workout(world.user, workout(), NOW)


def test_several_at_once_end_with_the_newest() -> None:
    """In memory, where a request is one step: moto takes back whole tables when it cancels a transaction."""
    versions = [workout(version=version, on=version, n=10 * version) for version in (3, 1, 5, 2, 4) * 2]
    with memory("telemetry"):
        world = World(RollupStore(), has_table=False, user=str(uuid4()))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda one: world.store.put_workout(world.user, one, NOW), versions))

        points = world.store.trend(world.user, "power", SeriesSource.WORKOUTS, season(), SeriesPeriod.DAY)

    assert [point.count for point in points] == [50]


def test_a_year_of_workouts_is_one_request(world: World) -> None:
    """Their items are as large as an hour's: 2 KB."""
    for number in range(40):
        world.put(workout(number, on=number, n=600))
    with faults(repeat(None)) as asked:
        world.store.trend(world.user, "power", SeriesSource.WORKOUTS, season(), SeriesPeriod.MONTH)
    assert asked.requests == 1
    items = [item for item in Item.query(f"ROLLUPS#{world.user}") if item.kind == "rollup"]
    assert len(items) == 40
