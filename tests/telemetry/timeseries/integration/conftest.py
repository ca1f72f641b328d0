"""The contract runs over both adapters: rollups on moto, Timestream on the local endpoint."""

from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from moto import mock_aws

from infra_cdk.timestream_tables import make_tables
from telemetry.timeseries.rollups.adapter import RollupStore
from telemetry.timeseries.timestream.adapter import TimestreamStore
from telemetry.timeseries.timestream.client import Timestream
from tests.kit.services import Service, service_environment
from tests.telemetry.timeseries.integration.world import World
from timestream_local import TimestreamEndpoint
from timestream_local.tests.integration.workshop import ManualClock, client

Make = Callable[[], World]
DATABASE = "stadion-test"


class LocalTimestream(Timestream):
    """Asks an endpoint of the test's own, one call after the other, and does not wait between its tries."""

    def __init__(self, url: str, *, at_once: int = 1) -> None:
        super().__init__(DATABASE, sleep=self._note, at_once=at_once)
        self.writer = client("timestream-write", url)
        self.asker = client("timestream-query", url)
        self.pauses: list[float] = []

    def _note(self, seconds: float) -> None:
        self.pauses.append(seconds)


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TimestreamEndpoint]:
    """Its first pages are empty, as those of AWS may be."""
    folder = tmp_path_factory.mktemp("timestream")
    with TimestreamEndpoint(0, folder, clock=ManualClock(), empty_first_page=True) as started:
        make_tables(client("timestream-write", started.url), DATABASE)
        yield started


@pytest.fixture
def timestream(endpoint: TimestreamEndpoint) -> LocalTimestream:
    return LocalTimestream(endpoint.url)


@pytest.fixture(params=["rollups", "timestream"])
def make(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """A world without a past, as often as it is called: for an athlete of its own."""
    if request.param == "timestream":
        asked: LocalTimestream = request.getfixturevalue("timestream")
        store = TimestreamStore(DATABASE, asked)
        yield lambda: World(store, has_table=False, user=str(uuid4()))
        return
    with mock_aws():
        service_environment(monkeypatch)
        Service.create("telemetry", monkeypatch)
        yield lambda: World(RollupStore(), has_table=True, user=str(uuid4()))


@pytest.fixture
def world(make: Make) -> World:
    return make()
