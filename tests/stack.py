"""The stacks that tests run against: a bare emulator, and the deployed app, by the same code as `stadion up`."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx

from local.deployment import CdkApp
from local.emulator import Emulator, free_port
from local.paths import StackFolder
from stadion_cli.aws import Aws
from stadion_cli.outputs import Outputs, api_url
from stadion_cli.stack import deploy

T = TypeVar("T")
CODE = re.compile(r"\b\d{6}\b")
WAIT_S = 60.0
"""For an answer over HTTP: a request at a cold function is a process to start."""
PATIENCE_S = 300.0
"""Longer than anything takes, on a busy machine with other tests' events still in its queues."""


@dataclass(frozen=True)
class DeployedStack:
    """The app on an emulator of its own."""

    aws: Aws
    emulator: Emulator
    outputs: Outputs

    @property
    def api(self) -> str:
        """Base URL; paths start with /v1."""
        url = api_url(self.aws.endpoint, self.outputs)
        assert url, "the deployed stacks have no HTTP API"
        return url

    @property
    def user_pool_id(self) -> str:
        return self.outputs.require("UserPoolId")

    @property
    def client_id(self) -> str:
        return self.outputs.require("UserPoolClientId")

    @property
    def bus(self) -> str:
        return self.outputs.require("BusName")

    @property
    def tables(self) -> dict[str, str]:
        """Table name by service."""
        return self.outputs.tables()


@contextmanager
def bare_emulator(
    folder: Path, *, snapshot_every_s: float = 0, expiry_every_s: float | None = None, with_timestream: bool = False
) -> Iterator[Emulator]:
    """An emulator on a free port, stopped afterwards."""
    emulator = Emulator(
        free_port(),
        StackFolder(folder),
        snapshot_every_s=snapshot_every_s,
        expiry_every_s=expiry_every_s,
        with_timestream=with_timestream,
    )
    with emulator:
        yield emulator


@contextmanager
def deployed_stack(folder: Path, app: CdkApp | None = None) -> Iterator[DeployedStack]:
    """What `stadion up` makes, on a free port and in a folder of its own."""
    with bare_emulator(folder, with_timestream=True) as emulator:
        aws = Aws.local(port=emulator.port)
        deploy(aws, emulator.folder, app=app)
        yield DeployedStack(aws, emulator, Outputs.of(aws))


def eventually(check: Callable[[], T], *, within_s: float = PATIENCE_S, every_s: float = 0.1) -> T:
    """The first truthy result; AssertionError with the last one when the time is over."""
    deadline = time.monotonic() + within_s
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {within_s} s; the last look found {found!r}")
        time.sleep(every_s)


def mails_to(aws: Aws, address: str) -> list[dict[str, Any]]:
    """What was mailed there, oldest first: Subject, BodyText, …"""
    accounts = httpx.get(f"{aws.endpoint}/_ministack/ses/messages", timeout=WAIT_S).json()["messages"].values()
    return [mail for mails in accounts for mail in mails if address in mail["To"]]


def code_mailed_to(aws: Aws, address: str) -> str:
    """The six digits of the newest mail that has some."""
    found = [code[0] for mail in mails_to(aws, address) if (code := CODE.search(mail["BodyText"]))]
    assert found, "no mail has a code"
    return found[-1]
