"""The contract runs over both adapters: rollups on moto, Timestream on the local endpoint."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from moto import mock_aws

from telemetry.timeseries.rollups import RollupStore
from tests.services import Service, service_environment
from tests.timeseries.world import World

Make = Callable[[], World]


@pytest.fixture(params=["rollups"])
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """A world without a past, as often as it is called: for an athlete of its own."""
    with mock_aws():
        service_environment(monkeypatch)
        Service.create("telemetry", monkeypatch)
        yield lambda: World(RollupStore(), has_table=True, user=str(uuid4()))


@pytest.fixture
def world(make: Make) -> World:
    return make()
