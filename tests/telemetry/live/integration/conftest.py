"""Fixtures of this folder."""

from datetime import UTC, datetime

import pytest

from telemetry.live import connections
from tests.kit.clock import Clock
from tests.kit.services import Service
from tests.telemetry.live.integration.world import Wire, grant


@pytest.fixture(autouse=True)
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(connections, "tell", wire.tell)
    monkeypatch.setattr(connections, "client", lambda: None)
    monkeypatch.setattr(connections, "hang_up", wire.hang_up)
    return wire


@pytest.fixture
def now(standing_clock: Clock) -> Clock:
    """It begins at the real moment: tokens and links are judged by it too."""
    standing_clock.set(datetime.now(UTC))
    return standing_clock


@pytest.fixture(autouse=True)
def consents(telemetry: Service) -> None:
    """Given, as by most athletes; tests of those who did not take them back."""
    grant(telemetry, "location")
    grant(telemetry, "health_data")
