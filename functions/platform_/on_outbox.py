"""The relay: outbox items from every service's stream go to the bus. Nothing else calls PutEvents.

What the bus will never take goes to the queue of failures at once, by its key: the item stays in its table for a week.
"""

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import ParamValidationError

from stadion.batches import batched_by
from stadion.clients import Client
from stadion.events.outbox import PREFIX, entry_of
from stadion.observability import correlate, count, log, logger, observed
from stadion.queues import sqs_client
from stadion.retry import Policy
from stadion.settings import Settings, load, settings

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef as Entry

MAX_ENTRIES: Final = 10
MAX_BYTES: Final = 256 * 1024
"""Of several entries together. The bus takes 1 MiB; one entry that is larger than this goes alone."""
MAX_ENTRY_BYTES: Final = 1024 * 1024
OVERHEAD_BYTES: Final = 200  # time, source and detail-type count too
REFUSED: Final = Policy(attempts=4, base_s=0.1)
NEVER: Final = frozenset(
    {
        "InvalidArgument",
        "MalformedDetail",
        "NotAuthorizedForDetailTypeException",
        "NotAuthorizedForSourceException",
        "ValidationException",
    }
)
"""What the bus says of an entry that it will not take next time either."""


class RelaySettings(Settings):
    relay_failures_queue: str


class NotPublishedError(Exception):
    """The bus did not take everything. The stream delivers the batch again; consumers stand duplicates."""


class Hopeless(NamedTuple):
    """No try will publish it."""

    key: str
    reason: str


class Outgoing(NamedTuple):
    key: str
    entry: "Entry"
    size: int
    line: dict[str, Any]
    """What is logged of it: made before it is sent, since afterwards nothing may fail any more."""


def publish(outgoing: list[Outgoing]) -> list[Hopeless]:
    """Sends all; only what failed is sent again; raises `NotPublishedError` with what is left in the end."""
    aside = [Hopeless(one.key, "TooLarge") for one in outgoing if one.size > MAX_ENTRY_BYTES]
    small = (one for one in outgoing if one.size <= MAX_ENTRY_BYTES)
    for batch in batched_by(small, max_count=MAX_ENTRIES, max_bytes=MAX_BYTES, size_of=lambda one: one.size):
        left, hopeless = batch, []
        for _ in REFUSED.tries():
            left, refused = _send(left)
            hopeless += refused
            if not left:
                break
        if left:
            count("PublishFailed", len(left))
            raise NotPublishedError(f"{len(left)} of {len(batch)} events were not taken by the bus")
        count("Published", len(batch) - len(hopeless))
        aside += hopeless
    return aside


def _send(batch: list[Outgoing]) -> tuple[list[Outgoing], list[Hopeless]]:
    """What may be taken next time, and what never is."""
    try:
        answer = client().put_events(Entries=[one.entry for one in batch])
    except client().exceptions.ClientError as error:
        return _refused_together(batch, error, str(error.response["Error"]["Code"]))
    except ParamValidationError as error:
        return _refused_together(batch, error, "ValidationException")
    said = [
        (one, str(told["ErrorCode"])) for one, told in zip(batch, answer["Entries"], strict=True) if "ErrorCode" in told
    ]
    hopeless = [Hopeless(one.key, code) for one, code in said if code in NEVER]
    return [one for one, code in said if code not in NEVER], hopeless


def _refused_together(batch: list[Outgoing], error: Exception, code: str) -> tuple[list[Outgoing], list[Hopeless]]:
    """One of them is not valid, and the answer, or botocore before it asks, does not say which."""
    if code not in NEVER:
        raise error
    if len(batch) == 1:
        return [], [Hopeless(batch[0].key, code)]
    parts = [_send([one]) for one in batch]
    return [one for left, _ in parts for one in left], [one for _, hopeless in parts for one in hopeless]


def _outgoing(key: str, image: Mapping[str, Any]) -> Outgoing:
    stored = entry_of(image)
    detail = json.dumps(stored["detail"], ensure_ascii=False, separators=(",", ":"))
    entry: Entry = {
        "EventBusName": settings().bus,
        "Source": stored["source"],
        "DetailType": stored["detail_type"],
        "Detail": detail,
        "Time": stored["detail"]["occurred_at"],
    }
    return Outgoing(key, entry, len(detail.encode()) + OVERHEAD_BYTES, _line_of(stored))


def _new_outbox_images(event: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for record in event["Records"]:
        image = record["dynamodb"].get("NewImage")
        if record["eventName"] == "INSERT" and image and image["pk"]["S"].startswith(PREFIX):
            yield image["pk"]["S"], image


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> None:  # noqa: ARG001
    outgoing, aside = [], []
    images = dict(_new_outbox_images(event))
    for key, image in images.items():
        try:
            outgoing.append(_outgoing(key, image))
        except (KeyError, TypeError, ValueError) as error:
            aside.append(Hopeless(key, type(error).__name__))
    aside += publish(outgoing)
    if aside:
        _put_aside(aside, str(event["Records"][0].get("eventSourceARN", "")))
    lost = {one.key for one in aside}
    for sent in outgoing:
        if sent.key not in lost:
            correlate(sent.line["correlation_id"])
            log("published", **sent.line)


def _put_aside(hopeless: list[Hopeless], stream: str) -> None:
    """By its key only: what is in it stays in its table."""
    table = stream.partition("/")[2].partition("/")[0]
    for one in hopeless:
        told = {"table": table, "pk": one.key, "reason": one.reason}
        sqs_client().send_message(QueueUrl=load(RelaySettings).relay_failures_queue, MessageBody=json.dumps(told))
        logger.error("put aside", extra=told)
    count("PutAside", len(hopeless))


def _line_of(stored: Mapping[str, Any]) -> dict[str, Any]:
    detail = stored["detail"]
    return {
        **(stored.get("subject") or {}),
        "correlation_id": detail["correlation_id"],
        "event": stored["detail_type"],
        "event_id": detail["event_id"],
        "source": stored["source"],
    }


client: "Client[EventBridgeClient]" = Client("events")
