"""The relay: outbox items from every service's stream go to the bus. Nothing else calls PutEvents."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion.batches import batched_by
from stadion.clients import Client
from stadion.events.outbox import PREFIX, EventTooLargeError, entry_of
from stadion.observability import correlate, count, log, observed
from stadion.retry import Policy
from stadion.settings import settings

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef as Entry

MAX_ENTRIES = 10
MAX_BYTES = 256 * 1024
OVERHEAD_BYTES = 200  # time, source and detail-type count too
REFUSED = Policy(attempts=4, base_s=0.1)


class NotPublishedError(Exception):
    """The bus did not take everything. The stream delivers the batch again; consumers stand duplicates."""


def publish(entries: list["Entry"]) -> None:
    """Sends all; only what failed is sent again; raises `NotPublishedError` with what is left in the end."""
    for batch in batches(entries):
        left = batch
        for _ in REFUSED.tries():
            left = _send(left)
            if not left:
                break
        if left:
            count("PublishFailed", len(left))
            raise NotPublishedError(f"{len(left)} of {len(batch)} events were not taken by the bus")
        count("Published", len(batch))


def _send(entries: list["Entry"]) -> list["Entry"]:
    answer = client().put_events(Entries=entries)
    if not answer["FailedEntryCount"]:
        return []
    return [entry for entry, said in zip(entries, answer["Entries"], strict=True) if "ErrorCode" in said]


def batches(entries: list["Entry"]) -> Iterator[list["Entry"]]:
    """At most ten entries and 256 KiB each."""
    return batched_by(entries, max_count=MAX_ENTRIES, max_bytes=MAX_BYTES, size_of=_size)


def _size(entry: "Entry") -> int:
    size = len(entry["Detail"].encode()) + OVERHEAD_BYTES
    if size > MAX_BYTES:
        raise EventTooLargeError(f"{entry['DetailType']} has {size} bytes")
    return size


def _entry(image: dict[str, Any]) -> "Entry":
    stored = entry_of(image)
    return {
        "EventBusName": settings().bus,
        "Source": stored["source"],
        "DetailType": stored["detail_type"],
        "Detail": json.dumps(stored["detail"], ensure_ascii=False, separators=(",", ":")),
        "Time": stored["detail"]["occurred_at"],
    }


def _new_outbox_images(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for record in event["Records"]:
        image = record["dynamodb"].get("NewImage")
        if record["eventName"] == "INSERT" and image and image["pk"]["S"].startswith(PREFIX):
            yield image


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001
    images = list(_new_outbox_images(event))
    publish([_entry(image) for image in images])
    for image in images:
        _log_published(entry_of(image))


def _log_published(stored: dict[str, Any]) -> None:
    detail = stored["detail"]
    correlate(detail["correlation_id"])
    log(
        "published",
        event=stored["detail_type"],
        event_id=detail["event_id"],
        source=stored["source"],
        **stored.get("subject", {}),
    )


client: "Client[EventBridgeClient]" = Client("events")
