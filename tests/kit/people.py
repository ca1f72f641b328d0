"""Athletes of the deployed stack."""

import pytest

from local.demo.client import Athlete, Client
from tests.kit.athletes import agreeing, door_of
from tests.kit.stack import DeployedStack


@pytest.fixture(scope="session")
def door(stack: DeployedStack) -> Client:
    return door_of(stack)


@pytest.fixture
def anna(door: Client) -> Athlete:
    return agreeing(Athlete.register(door, "Anna", language="ru", time_zone="Europe/Moscow"))


@pytest.fixture
def ben(door: Client) -> Athlete:
    return agreeing(Athlete.register(door, "Ben", language="en", time_zone="Europe/Berlin"))
