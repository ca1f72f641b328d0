"""A queue that S3 fills: one object key after the other, with partial failures."""

from collections.abc import Callable
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion.events.consumer import LambdaHandler
from stadion.observability import count, logger, metrics


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

    @logger.inject_lambda_context(clear_state=True)
    @metrics.log_metrics
    def handler(event: dict[str, Any], context: LambdaContext) -> Any:
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        return process_partial_response(event=event, record_handler=consume, processor=processor, context=context)

    return handler
