"""The moment of these tests."""

import pytest

from tests.kit.clock import Clock
from tests.promos.world import NOW


@pytest.fixture
def moment(standing_clock: Clock) -> Clock:
    standing_clock.set(NOW)
    return standing_clock
