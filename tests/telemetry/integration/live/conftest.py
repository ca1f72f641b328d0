"""Fixtures of this folder."""

from datetime import UTC, datetime

import pytest

from telemetry.live import sockets
from tests.kit.clock import Clock
from tests.telemetry.integration.live.world import Wire


@pytest.fixture(autouse=True)
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    wire = Wire()
    monkeypatch.setattr(sockets, "tell", wire.tell)
    monkeypatch.setattr(sockets, "client", lambda: None)
    monkeypatch.setattr(sockets, "hang_up", wire.gone.update)
    return wire


@pytest.fixture
def now(standing_clock: Clock) -> Clock:
    """It begins at the real moment: tokens and links are judged by it too."""
    standing_clock.set(datetime.now(UTC))
    return standing_clock
