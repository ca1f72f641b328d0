"""S3 says that a recording arrived (through a queue): process it."""

from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion import clock
from stadion.observability import correlate, count, log, logger, metrics
from workouts import processing, store
from workouts.errors import UploadNotFoundError
from workouts.files import Incoming

GIVE_UP_AFTER_TRIES = 4  # one before the queue itself gives up, so that the athlete hears of it


def _process(record: SQSRecord) -> None:
    for notice in record.json_body.get("Records", []):  # S3's test event has none
        incoming = Incoming.of_key(unquote_plus(notice["s3"]["object"]["key"]))
        _process_one(incoming, tries=int(record.attributes.approximate_receive_count))


def _process_one(incoming: Incoming, *, tries: int) -> None:
    try:
        upload = store.get_upload(incoming.user_id, incoming.upload_id)
    except UploadNotFoundError:
        log("upload unknown", upload_id=incoming.upload_id, outcome="ignored")
        return
    correlate(upload.correlation_id)
    try:
        processed = processing.process(incoming, clock.now())
    except Exception:
        count("UploadFailed")
        logger.exception("upload not processed", extra={"upload_id": incoming.upload_id, "tries": tries})
        if tries < GIVE_UP_AFTER_TRIES:
            raise
        processed = processing.give_up(upload, clock.now())
    count(f"Upload{processed.status.value.capitalize()}")
    log(
        "processed",
        upload_id=incoming.upload_id,
        workout_ids=processed.workout_ids,
        outcome=processed.status.value,
        problem=processed.problem_code,
    )


@logger.inject_lambda_context(clear_state=True)
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> Any:
    processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
    return process_partial_response(event=event, record_handler=_process, processor=processor, context=context)
