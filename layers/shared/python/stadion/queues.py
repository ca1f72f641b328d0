"""The Lambda handler of any SQS queue: message by message, with partial failures."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion.observability import observed


@contextmanager
def _unseen(module: str) -> Iterator[None]:
    """While it imports, nobody knows that the module is there."""
    hidden = sys.modules.pop(module, None)
    try:
        yield
    finally:
        if hidden is not None:
            sys.modules[module] = hidden


with _unseen("pydantic"):  # else it builds its own models of all event sources: a third of a consumer's cold start
    from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response

LambdaHandler = Callable[[dict[str, Any], LambdaContext], Any]


def queue_handler(consume: Callable[[SQSRecord], None]) -> LambdaHandler:
    """A message for which `consume` raises comes again; the others do not."""

    @observed
    def handler(event: dict[str, Any], context: LambdaContext) -> Any:
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        return process_partial_response(event=event, record_handler=consume, processor=processor, context=context)

    return handler
