"""The Lambda handler of any SQS queue: message by message, with partial failures."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion.clients import Client
from stadion.observability import logger, observed

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


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

sqs_client: "Client[SQSClient]" = Client("sqs")
GROWS: Final = 3
LONGEST_PAUSE_S: Final = 3600
LambdaHandler = Callable[[dict[str, Any], LambdaContext], Any]


def queue_handler(consume: Callable[[SQSRecord], None], *, again_in_s: int | None = None) -> LambdaHandler:
    """A message for which `consume` raises comes again, and the others do not: after the queue's visibility timeout,
    which is six times as long as the function may take, or `again_in_s`, since nobody is at it any more: three times
    that after a second failure, and so on, so that its tries outlast the trouble of some minutes."""

    @observed
    def handler(event: dict[str, Any], context: LambdaContext) -> Any:
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        answer = process_partial_response(event=event, record_handler=consume, processor=processor, context=context)
        if again_in_s is not None and answer["batchItemFailures"]:
            failed = {one["itemIdentifier"] for one in answer["batchItemFailures"]}
            _show_again([one for one in event["Records"] if one["messageId"] in failed], again_in_s)
        return answer

    return handler


def _show_again(records: list[dict[str, Any]], in_s: int) -> None:
    """Where that fails they come after the queue's own time."""
    from botocore.exceptions import BotoCoreError, ClientError

    owner, name = records[0]["eventSourceARN"].split(":")[4:6]
    changes: Any = [
        {"Id": str(number), "ReceiptHandle": one["receiptHandle"], "VisibilityTimeout": _pause(one, in_s)}
        for number, one in enumerate(records)
    ]
    try:
        url = sqs_client().get_queue_url(QueueName=name, QueueOwnerAWSAccountId=owner)["QueueUrl"]
        sqs_client().change_message_visibility_batch(QueueUrl=url, Entries=changes)
    except (BotoCoreError, ClientError) as error:
        logger.warning("not shown again", extra={"error": type(error).__name__})


def _pause(record: dict[str, Any], first_s: int) -> int:
    failures = int(record.get("attributes", {}).get("ApproximateReceiveCount") or 1)
    return int(min(first_s * GROWS ** (failures - 1), LONGEST_PAUSE_S))
