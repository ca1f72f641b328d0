"""The emulators that tests run against: a bare one for each worker, and the deployed app, one for the whole run."""

import os
from collections.abc import Iterator
from typing import Final

import pytest

from local.aws import Aws
from local.demo import client
from local.emulator import Emulator
from tests.kit.declared import watch
from tests.kit.stack import SHARED, DeployedStack, bare_emulator, deployed_stack

OTHER: Final = os.environ.get("STADION_OTHER_ENDPOINT", "")
"""Somebody else's emulator, to be held to the same (`stadion up --endpoint`)."""


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A bare emulator for the session (one to each xdist worker)."""
    if OTHER:
        pytest.skip("of our own emulator")
    with bare_emulator(tmp_path_factory.mktemp("emulator"), expiry_every_s=0.2) as running:
        yield running


@pytest.fixture(scope="session")
def aws(request: pytest.FixtureRequest) -> Aws:
    """Clients of the bare emulator."""
    if OTHER:
        return Aws.local(endpoint=OTHER)
    emulator: Emulator = request.getfixturevalue("emulator")
    return Aws.local(port=emulator.port)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """The deployed app, shared by all tests of a run: what they find there is their own, made by them.
    Who answers them what no route declares fails them."""
    watch(client.http())
    if OTHER:
        yield DeployedStack.elsewhere(OTHER)
        return
    shared = os.environ.get(SHARED)
    if shared:
        yield DeployedStack.at(int(shared.split(":")[0]), shared.split(":", 1)[1])
        return
    with deployed_stack(tmp_path_factory.mktemp("stack")) as deployed:
        yield deployed
