"""Events that were decided but perhaps never published: the outbox items of a service's table."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, cast

from stadion_cli.base.errors import CliError
from stadion_cli.base.target import Target
from stadion_cli.oncall.loglines import search

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

RELAY: Final = "stadion-platform-on-outbox"
PREFIX: Final = "OUTBOX#"
BATCH: Final = 50


@dataclass(frozen=True)
class Waiting:
    """An outbox item, raw as a stream shows it, with what people want to know of it."""

    image: dict[str, Any]

    @property
    def entry(self) -> dict[str, Any]:
        return cast("dict[str, Any]", json.loads(self.image["body"]["S"]))

    @property
    def event_id(self) -> str:
        return str(self.entry["detail"]["event_id"])

    @property
    def event(self) -> str:
        return str(self.entry["detail_type"])

    @property
    def occurred_at(self) -> datetime:
        return datetime.fromisoformat(self.entry["detail"]["occurred_at"])


def outbox(target: Target, service: str, since: datetime, until: datetime) -> list[Waiting]:
    """Oldest first. Reads the whole table: an operator's tool, not for a request path."""
    found = (item for item in _scan(target, service) if since <= item.occurred_at <= until)
    return sorted(found, key=lambda item: item.occurred_at)


def _scan(target: Target, service: str) -> Iterator[Waiting]:
    dynamodb = cast("DynamoDBClient", target.aws.client("dynamodb"))
    pages = dynamodb.get_paginator("scan").paginate(
        TableName=target.outputs.of_service(service, "TableName"),
        FilterExpression="begins_with(pk, :prefix)",
        ExpressionAttributeValues={":prefix": {"S": PREFIX}},
    )
    for page in pages:
        yield from (Waiting(cast("dict[str, Any]", item)) for item in page["Items"])


def published(target: Target, since: datetime) -> set[str]:
    """The ids that the relay says it has published since."""
    lines = search(target.aws, '"published"', since=since, groups=[f"/aws/lambda/{RELAY}"])
    return {str(line.fields["event_id"]) for line in lines if line.message == "published"}


def send_again(target: Target, items: list[Waiting]) -> Iterator[int]:
    """Through the relay, as the stream would; yields how many are done."""
    for start in range(0, len(items), BATCH):
        batch = items[start : start + BATCH]
        records = [{"eventName": "INSERT", "dynamodb": {"NewImage": item.image}} for item in batch]
        answer = target.aws.functions.invoke(FunctionName=RELAY, Payload=json.dumps({"Records": records}).encode())
        if "FunctionError" in answer:
            said = json.loads(answer["Payload"].read() or b"{}")
            raise CliError(f"The relay failed: {said.get('errorMessage', said)}", hint="stadion logs on-outbox")
        yield start + len(batch)
