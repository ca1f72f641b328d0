"""The stacks that tests run against: a bare emulator, and the deployed app, by the same code as `stadion up`."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from local.aws import Aws
from local.demo import client
from local.deployment import CdkApp
from local.emulator import Emulator, free_port
from local.paths import StackFolder
from stadion_cli.base.outputs import Outputs, api_url
from stadion_cli.stack.service import deploy
from tests.kit.size import sized

T = TypeVar("T")
SHARED = "STADION_TEST_STACK"
"""`port:folder` of the stack that the runner started."""
WAIT_S = 60.0
"""For an answer over HTTP: a request at a cold function is a process to start."""
PATIENCE_S = sized(small=300.0, large=1800.0)
"""Longer than anything takes, on a busy machine with other tests' events still in its queues."""


@dataclass(frozen=True)
class DeployedStack:
    """The app on an emulator of its own."""

    aws: Aws
    emulator: Emulator
    outputs: Outputs

    @classmethod
    def at(cls, port: int, folder: str) -> "DeployedStack":
        """One that somebody else started."""
        aws = Aws.local(port=port)
        emulator = Emulator(port, StackFolder(Path(folder)), snapshot_every_s=0, with_timestream=True)
        return cls(aws, emulator, Outputs.of(aws))

    @classmethod
    def elsewhere(cls, endpoint: str) -> "DeployedStack":
        """On an emulator that is none of ours, which nobody here starts or stops."""
        aws = Aws.local(endpoint=endpoint)
        return cls(aws, Emulator(aws.port, StackFolder(Path(os.devnull))), Outputs.of(aws))

    @property
    def api(self) -> str:
        """Base URL; paths start with /v1."""
        url = api_url(self.aws.endpoint, self.outputs)
        assert url, "the deployed stacks have no HTTP API"
        return url

    @cached_property
    def dynamodb(self) -> Any:
        return self.aws.client("dynamodb")

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
    """An emulator on a free port, stopped afterwards, and also when this process is killed."""
    emulator = Emulator(
        free_port(),
        StackFolder(folder),
        snapshot_every_s=snapshot_every_s,
        expiry_every_s=expiry_every_s,
        with_timestream=with_timestream,
        survives=False,
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


def eventually(check: Callable[[], T | None], *, within_s: float = PATIENCE_S, every_s: float = 0.1) -> T:
    """The first truthy result; TooSlowError (an AssertionError) with the last one when the time is over.

    Return what you saw and compare outside: a `False` tells nobody what was there.
    """
    return client.eventually(check, within_s=within_s, every_s=every_s)


def settle(stack: DeployedStack, about: str = "", *, within_s: float = PATIENCE_S) -> None:
    """Until nothing that mentions `about` waits in a queue, is in a function's hands, or is a change nobody has read.

    Twice in a row: what a function leaves behind is written before its message goes, so two looks cannot both miss it.
    """
    looks = 0

    def is_quiet() -> bool:
        nonlocal looks
        waiting = client.http().get(f"{stack.aws.endpoint}/_stadion/backlog", params={"about": about}).json()
        looks = 0 if waiting else looks + 1
        return looks >= 2

    eventually(is_quiet, within_s=within_s, every_s=0.1)


def round_of(stack: DeployedStack, task: str, *, only: str, as_of: datetime) -> dict[str, Any]:
    """A scheduled task comes round for this athlete or partner, whose clock says `as_of`; everybody else's stays."""
    asked = json.dumps({"as_of": as_of.isoformat(), "only": only}).encode()
    answer = stack.aws.functions.invoke(FunctionName=f"stadion-{task}", Payload=asked)
    done: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, done
    return done


Things = dict[tuple[str, str, str], str]
"""Items as text by table, partition and sort key."""


def everything(stack: DeployedStack, about: str, *tables: str) -> Things:
    """All items of all tables (or of these) that mention `about`: a whole read of each table, so seldom."""
    found: Things = {}
    for table in tables or tuple(stack.tables.values()):
        for page in stack.dynamodb.get_paginator("scan").paginate(TableName=table):
            found |= _mentioning(table, page["Items"], about)
    return found


def again(stack: DeployedStack, known: Things, about: str) -> Things:
    """The same once more, from the partitions that `known` is in, and no others."""
    found: Things = {}
    for table, pk in sorted({(table, pk) for table, pk, _ in known}):
        asked = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": pk}}}
        for page in stack.dynamodb.get_paginator("query").paginate(TableName=table, ConsistentRead=True, **asked):
            found |= _mentioning(table, page["Items"], about)
    return found


def _mentioning(table: str, items: list[dict[str, Any]], about: str) -> Things:
    texts = ((item, json.dumps(item, sort_keys=True, default=repr)) for item in items)
    return {
        (table, item["pk"]["S"], item["sk"]["S"]): "" if _moves_by_itself(item) else text
        for item, text in texts
        if about in text
    }


def _moves_by_itself(item: dict[str, Any]) -> bool:
    """A partner's webhook, which is tried for hours: that it is there counts, not how often it was tried."""
    return str(item["pk"]["S"]).startswith("DELIVERIES#")


def mails_to(aws: Aws, address: str) -> list[dict[str, Any]]:
    """What was mailed there, oldest first: Subject, BodyText, …"""
    return client.mails_to(f"{aws.endpoint}/_ministack/ses/messages", address)


def code_mailed_to(aws: Aws, address: str) -> str:
    """The six digits of the newest mail that has some."""
    found = client.newest_code(f"{aws.endpoint}/_ministack/ses/messages", address)
    assert found, "no mail has a code"
    return found
