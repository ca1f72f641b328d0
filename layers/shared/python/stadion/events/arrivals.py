"""A queue that S3 fills: one object key after the other, with partial failures."""

from collections.abc import Callable
from typing import Final
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from stadion.observability import count, logger
from stadion.queues import LambdaHandler, queue_handler

AGAIN_IN_S: Final = 60
"""Whoever sent the file waits; the function has minutes, and its queue's own time would be half an hour. Tries are at
0, 1, 4, 13 and 40 minutes: an outage of ten minutes breaks nobody's file."""


def arrival_consumer(handle: Callable[[str, int], None]) -> LambdaHandler:
    """`handle` gets the key of the object that arrived, and the how-manieth delivery of the notice this is."""

    def consume(record: SQSRecord) -> None:
        tries = int(record.attributes.approximate_receive_count or 1)
        for notice in record.json_body.get("Records", []):  # S3's own test message has none
            key = unquote_plus(notice["s3"]["object"]["key"])
            count("Arrived")
            try:
                handle(key, tries)
            except Exception:
                count("ArrivalFailed")
                logger.exception("arrival not processed", extra={"tries": tries})
                raise

    return queue_handler(consume, again_in_s=AGAIN_IN_S)
