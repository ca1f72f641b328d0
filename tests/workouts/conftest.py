"""Fixtures of the diary's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local.recordings import recordings
from stadion import storage
from tests.kit.services import Service
from tests.workouts.listed import check_lists


@pytest.fixture(scope="session")
def files() -> Path:
    return recordings("sweat")


@pytest.fixture
def diary(workouts: Service) -> Service:
    storage.s3_client.cache_clear()
    return workouts


@pytest.fixture(autouse=True)
def lists_stand(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test does with the diary: in the end, its index and sums are those of the stored workouts."""
    if "workouts" not in request.fixturenames:
        yield
        return
    service: Service = request.getfixturevalue("workouts")
    yield
    service.enter()
    check_lists()
