"""Clients of AWS are made in one place, with a patience that no function outlives, and before the snapshot."""

import ast
import random
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from moto import mock_aws

from infra_cdk.stacks.stack import API_TIMEOUT
from local.paths import ROOT
from stadion import clients, dynamo, settings, snapshots
from stadion.clients import SLOW, USUAL, Client, Patience
from stadion.retry import JITTER
from telemetry.timeseries.timestream.client import PATIENCE as TIMESTREAM
from tests.kit.services import service_environment

OURS = [*(ROOT / "functions").rglob("*.py"), *(ROOT / "layers" / "shared" / "python").rglob("*.py")]
HERE = ROOT / "layers" / "shared" / "python" / "stadion" / "clients.py"
MAY_DRAW = {"SystemRandom", "seed"}


@pytest.fixture
def registered(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Client[Any]]]:
    """None of other modules."""
    known: list[Client[Any]] = []
    monkeypatch.setattr(clients, "REGISTERED", known)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        yield known


def imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_bytes(), filename=str(file))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_nobody_else_makes_a_client() -> None:
    makers = {"boto3", "botocore.session", "botocore.config"}
    found = [str(file) for file in OURS if file != HERE and makers & {*imported(file)}]
    assert found == []


def test_nothing_is_drawn_by_a_generator_whose_seed_a_snapshot_keeps() -> None:
    found = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file in OURS
        for node in ast.walk(ast.parse(file.read_bytes(), filename=str(file)))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "random"
        and node.attr not in MAY_DRAW
    ]
    assert found == []
    assert isinstance(JITTER, random.SystemRandom)


@pytest.mark.parametrize("patience", [USUAL, SLOW, TIMESTREAM])
def test_no_call_outlives_an_api_function(patience: Patience) -> None:
    assert patience.longest_s < API_TIMEOUT.to_seconds()


def test_a_client_waits_as_long_as_it_says(registered: list[Client[Any]]) -> None:
    config = Client[Any]("sqs")().meta.config

    assert (config.connect_timeout, config.read_timeout) == (1, 3)
    assert config.retries == {"total_max_attempts": 3, "mode": "standard"}
    assert config.tcp_keepalive


def test_dynamodb_is_waited_for_no_longer(registered: list[Client[Any]], monkeypatch: pytest.MonkeyPatch) -> None:
    service_environment(monkeypatch)
    monkeypatch.setenv("STADION_TABLE", "table")
    monkeypatch.setenv("STADION_SERVICE", "test")
    settings.forget()
    dynamo.forget_connections()

    config: Any = dynamo.connected().connection.client.meta.config

    dynamo.forget_connections()
    settings.forget()
    assert (config.connect_timeout, config.read_timeout, config.tcp_keepalive) == (1, 3, True)
    assert config.retries["total_max_attempts"] == 3


def test_before_the_snapshot_clients_are_made_and_hang_up(
    registered: list[Client[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what Lambda's runtime brings, and nothing else does."""
    hooks: dict[str, Any] = {}
    brought: Any = ModuleType("snapshot_restore_py")
    brought.register_before_snapshot = lambda hook, *given: hooks.update(before=lambda: hook(*given))
    brought.register_after_restore = lambda hook: hooks.update(after=hook)
    monkeypatch.setitem(sys.modules, "snapshot_restore_py", brought)
    client = Client[Any]("sqs")
    snapshots.prepare(["stadion.edge"])
    assert not client.is_made

    hooks["before"]()

    assert client.is_made
    random.seed(1)
    drawn = random.Random(1).random()
    hooks["after"]()
    assert random.random() != drawn


def test_what_fails_before_the_snapshot_is_left_to_the_first_request(registered: list[Client[Any]]) -> None:
    Client[Any]("no-such-service")
    another = Client[Any]("sqs")

    snapshots.before_snapshot([])

    assert another.is_made


def test_without_lambdas_hooks_nothing_is_made_early(registered: list[Client[Any]]) -> None:
    client = Client[Any]("sqs")
    snapshots.prepare()
    assert not client.is_made
