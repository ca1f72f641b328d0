"""One endpoint for each module, on a free port, asked through boto3."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from timestream_local.tests.integration.workshop import Bench, ManualClock, running


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with running(tmp_path_factory.mktemp("timestream"), clock=ManualClock()) as started:
        yield started


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Bench]:
    with running(tmp_path, clock=ManualClock()) as started:
        yield started
