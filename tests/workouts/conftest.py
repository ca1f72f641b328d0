"""Fixtures of the diary's tests."""

from pathlib import Path

import pytest

from local.recordings import recordings
from stadion import storage
from tests.kit.services import Service


@pytest.fixture(scope="session")
def files() -> Path:
    return recordings("sweat")


@pytest.fixture
def diary(workouts: Service) -> Service:
    storage.s3_client.cache_clear()
    return workouts
