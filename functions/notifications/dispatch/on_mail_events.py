"""Keeps what became of mails: SES tells a topic, the topic fills this function's queue."""

import json
from typing import Any, Final

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from notifications.dispatch import receipt_service
from notifications.dispatch.receipt_service import MailEvent
from stadion import clock, ids
from stadion.observability import correlate, count, log, logger
from stadion.queues import queue_handler

NOTICE: Final = "Successfully validated SNS topic for Amazon SES"
"""SES's first message to a topic, in plain text: it says that its events will come. Any other text is a dead letter."""


def keep(record: SQSRecord) -> None:
    try:
        told = _told(record)
        if told is None:
            log("ignored", event="MailEvent", message_id=record.message_id)
            return
        event = MailEvent.model_validate(told)
        correlate(ids.new_id())
        outcome = receipt_service.take(event, clock.now())
    except Exception:
        count("ConsumeFailed")
        logger.exception("not consumed", extra={"event": "MailEvent", "message_id": record.message_id})
        raise
    count("Consumed")
    log("consumed", event="MailEvent", outcome=outcome, fate=event.fate.value, message_id=record.message_id)


def _told(record: SQSRecord) -> Any:
    """None for what is no event, and is meant to be none."""
    body = record.json_body
    if "Message" not in body:
        return body
    text = str(body["Message"])
    return None if text.startswith(NOTICE) else json.loads(text)


handler = queue_handler(keep)
