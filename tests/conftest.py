"""Fixtures of all tests."""

import os
from collections.abc import Iterator
from functools import cache

import botocore.session

os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Stadion")  # read when the layer is imported

import pytest

import infra_cdk  # noqa: F401 - says which Node aws_cdk runs, before anybody imports that
from local.emulator import Emulator
from stadion_cli.aws import Aws
from tests.stack import DeployedStack, bare_emulator, deployed_stack

botocore.session.create_loader = cache(botocore.session.create_loader)
"""Each session would read and parse the descriptions of the services anew: most of the time of a test on moto."""


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """A bare emulator for the session (one to each xdist worker)."""
    with bare_emulator(tmp_path_factory.mktemp("emulator"), expiry_every_s=0.2) as running:
        yield running


@pytest.fixture(scope="session")
def aws(emulator: Emulator) -> Aws:
    """Clients of the bare emulator."""
    return Aws.local(port=emulator.port)


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedStack]:
    """The deployed app: mark the tests that use it `e2e`, and run them in one process."""
    with deployed_stack(tmp_path_factory.mktemp("stack")) as deployed:
        yield deployed


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes minutes begins first, so that no worker is left alone with it at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
