"""Services on moto, called through their Lambda handlers: a fixture of each service's name, listed nowhere.

A service that has no more than its table needs no line. One that needs a bucket, a queue or a pool has a fixture of its
name in `tests/<service>/moto.py`.
"""

from collections.abc import Callable, Iterator
from typing import Final

import pytest
from moto import mock_aws

from stadion import clients, storage
from tests.kit.beside import TESTS
from tests.kit.functions import FUNCTIONS
from tests.kit.services import Service, service_environment

WITHOUT_A_TABLE: Final = frozenset({"platform_", "__pycache__"})


@pytest.fixture
def moto(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    with mock_aws():
        service_environment(monkeypatch)
        clients.forget()
        yield monkeypatch


def on_moto(name: str) -> Callable[..., Service]:
    """The fixture of a service that has no more than its table."""

    @pytest.fixture(name=name)
    def service(moto: pytest.MonkeyPatch) -> Service:
        return Service.create(name, moto)

    return service


for _name in sorted(path.name for path in FUNCTIONS.iterdir() if path.is_dir()):
    if _name.isidentifier() and _name not in WITHOUT_A_TABLE and not (TESTS / _name / "moto.py").exists():
        globals()[_name] = on_moto(_name)


def claims_bucket(moto: pytest.MonkeyPatch) -> None:
    """What several services share of the platform's."""
    import boto3

    moto.setenv("STADION_CLAIMS_BUCKET", "stadion-claims")
    boto3.client("s3").create_bucket(Bucket="stadion-claims")
    storage.s3_client.cache_clear()
