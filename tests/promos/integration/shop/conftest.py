"""The moment of this folder's tests."""

import pytest

from tests.kit.clock import Clock
from tests.promos.integration.shop.world import NOW


@pytest.fixture(autouse=True)
def moment(standing_clock: Clock) -> Clock:
    standing_clock.set(NOW)
    return standing_clock
