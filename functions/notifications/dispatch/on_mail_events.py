"""Keeps what became of mails: SES tells a topic, the topic fills this function's queue."""

import json

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from notifications.dispatch import receipt_service
from notifications.dispatch.receipt_service import MailEvent
from stadion import clock, ids
from stadion.observability import correlate, count, log, logger
from stadion.queues import queue_handler


def keep(record: SQSRecord) -> None:
    try:
        body = record.json_body
        event = MailEvent.model_validate(json.loads(body["Message"]) if "Message" in body else body)
        correlate(ids.new_id())
        outcome = receipt_service.take(event, clock.now())
    except Exception:
        count("ConsumeFailed")
        logger.exception("not consumed", extra={"event": "MailEvent", "message_id": record.message_id})
        raise
    count("Consumed")
    log("consumed", event="MailEvent", outcome=outcome, fate=event.fate.value, message_id=record.message_id)


handler = queue_handler(keep)
