"""Athletes of the deployed stack."""

import pytest

from local.demo.client import Athlete, Door
from tests.kit.athletes import door_of
from tests.kit.stack import DeployedStack


@pytest.fixture(scope="session")
def door(stack: DeployedStack) -> Door:
    return door_of(stack)


@pytest.fixture
def anna(door: Door) -> Athlete:
    return Athlete.register(door, "Anna", language="ru", time_zone="Europe/Moscow")


@pytest.fixture
def ben(door: Door) -> Athlete:
    return Athlete.register(door, "Ben", language="en", time_zone="Europe/Berlin")
