"""Dead-letter queues: how deep they are, what is in them, and the way back to work."""

import json
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from stadion_cli.base.errors import CliError, UsageError
from stadion_cli.base.target import Target
from stadion_cli.oncall.loglines import quoted, search

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

SUFFIX: Final = "-dlq"
RELAY_FAILURES: Final = "stadion-relay-failures"
HIDDEN_S: Final = 20
"""Long enough to look at all of them once, short enough not to be in anybody's way."""
IN_ONE_CALL: Final = 10
UNSUPPORTED: Final = {"InvalidAction", "AWS.SimpleQueueService.UnsupportedOperation", "UnsupportedOperation"}
LOOK_BACK: Final = timedelta(days=14)


@dataclass(frozen=True)
class DeadLetters:
    name: str
    url: str

    @property
    def function(self) -> str:
        return self.name.removesuffix(SUFFIX)

    @property
    def short(self) -> str:
        return self.function.removeprefix("stadion-")


@dataclass(frozen=True)
class DeadLetter:
    """A message that was tried in vain."""

    message_id: str
    receipt: str
    body: str
    sent_at: datetime
    received: int
    said: Mapping[str, str] = field(default_factory=dict)
    """By AWS, which put it there itself: the bus, Scheduler, or Lambda."""

    @classmethod
    def of(cls, message: "MessageTypeDef") -> "DeadLetter":
        attributes = message.get("Attributes", {})
        sent_ms = int(attributes.get("SentTimestamp", 0))
        return cls(
            message_id=message["MessageId"],
            receipt=message["ReceiptHandle"],
            body=message["Body"],
            sent_at=datetime.fromtimestamp(sent_ms / 1000, UTC),
            received=int(attributes.get("ApproximateReceiveCount", 0)),
            said={name: one.get("StringValue", "") for name, one in message.get("MessageAttributes", {}).items()},
        )

    @property
    def content(self) -> dict[str, Any]:
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def event(self) -> str:
        named = self.content.get("detail-type") or self.content.get("work")
        return str(named or ("file arrival" if "Records" in self.content else "?"))

    @property
    def detail(self) -> dict[str, Any]:
        """Of an event; work that a service left for itself says the same at the top."""
        detail = self.content if "work" in self.content else self.content.get("detail")
        return detail if isinstance(detail, dict) else {}

    @property
    def event_id(self) -> str:
        return str(self.detail.get("event_id", ""))

    def facts(self) -> dict[str, Any]:
        return {
            "event": self.event,
            "event_id": self.event_id,
            "user_id": self.detail.get("user_id"),
            "correlation_id": self.detail.get("correlation_id"),
            "file": self._file(),
            "not_delivered": self._not_delivered(),
            "sent_at": self.sent_at,
            "received": self.received,
            "message_id": self.message_id,
        }

    def _not_delivered(self) -> str | None:
        """Why AWS gave it up before a function saw it, and whose rule or schedule it was."""
        code = self.said.get("ERROR_CODE") or self.said.get("ErrorCode")
        if code is None:
            return None
        message = self.said.get("ERROR_MESSAGE") or self.said.get("ErrorMessage")
        whose = (self.said.get("RULE_ARN") or self.said.get("SCHEDULE_ARN", "")).rpartition(":")[2]
        return (f"{code}: {message}" if message else code) + (f" ({whose})" if whose else "")

    def _file(self) -> str | None:
        records = self.content.get("Records") or [{}]
        key = records[0].get("s3", {}).get("object", {}).get("key")
        return str(key) if key else None


def dead_letter_queues(target: Target) -> list[DeadLetters]:
    pages = target.aws.sqs.get_paginator("list_queues").paginate(QueueNamePrefix="stadion-")
    found = [DeadLetters(url.rpartition("/")[2], url) for page in pages for url in page.get("QueueUrls", [])]
    wanted = [queue for queue in found if queue.name.endswith(SUFFIX) or queue.name == RELAY_FAILURES]
    return sorted(wanted, key=lambda queue: queue.name)


def named(target: Target, text: str) -> DeadLetters:
    """The queue with this name, or the only one with this in its name."""
    queues = dead_letter_queues(target)
    fitting = [q for q in queues if text in {q.name, q.function, q.short}] or [q for q in queues if text in q.name]
    if len(fitting) == 1:
        return fitting[0]
    names = ", ".join(queue.short for queue in fitting or queues)
    raise UsageError(f"{len(fitting) or 'no'} queues fit {text!r}.", hint=f"one of: {names}")


def depth(target: Target, queue: DeadLetters) -> int:
    """Messages that wait, those that somebody is looking at included."""
    found = target.aws.sqs.get_queue_attributes(QueueUrl=queue.url, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]) + int(found["ApproximateNumberOfMessagesNotVisible"])


def look(target: Target, queue: DeadLetters, *, limit: int) -> list[DeadLetter]:
    """Reads without removing; the messages are visible to others again at once."""
    letters = list(_receive(target, queue, limit))
    for letter in letters:
        _show_again(target, queue, letter)
    return sorted(letters, key=lambda letter: letter.sent_at)


def _receive(target: Target, queue: DeadLetters, limit: int, *, hidden_s: int = HIDDEN_S) -> Iterator[DeadLetter]:
    """Each message once."""
    seen: set[str] = set()
    while len(seen) < limit:
        found = target.aws.sqs.receive_message(
            QueueUrl=queue.url,
            MaxNumberOfMessages=min(IN_ONE_CALL, limit - len(seen)),
            VisibilityTimeout=hidden_s,
            WaitTimeSeconds=1,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        letters = [DeadLetter.of(message) for message in found.get("Messages", [])]
        new = [letter for letter in letters if letter.message_id not in seen]
        if not new:
            return
        seen |= {letter.message_id for letter in new}
        yield from new


def _show_again(target: Target, queue: DeadLetters, letter: DeadLetter) -> None:
    with suppress(target.aws.sqs.exceptions.ClientError):  # it is visible again by itself
        target.aws.sqs.change_message_visibility(QueueUrl=queue.url, ReceiptHandle=letter.receipt, VisibilityTimeout=0)


def last_errors(target: Target, queue: DeadLetters, letters: list[DeadLetter]) -> dict[str, str]:
    """By event id (or file): what the function said when it failed last."""
    since = datetime.now(UTC) - LOOK_BACK
    lines = search(target.aws, quoted("exception_name"), since=since, groups=[f"/aws/lambda/{queue.function}"])
    found: dict[str, str] = {}
    for letter in letters:
        keys = {letter.event_id, letter.message_id, _upload_of(letter)} - {""}
        mine = [line for line in lines if keys & {str(value) for value in line.fields.values()}]
        if mine:
            found[letter.message_id] = _error_of(mine[-1].fields)
    return found


def _upload_of(letter: DeadLetter) -> str:
    return str(letter.facts()["file"] or "").rpartition("/")[2]


def _error_of(fields: dict[str, Any]) -> str:
    last = str(fields.get("exception", "")).strip().splitlines()[-1:]
    return last[0] if last else str(fields.get("exception_name", ""))


# --- back to work ---------------------------------------------------------------------------------------------------


def redrive(target: Target, queue: DeadLetters, *, only: str | None) -> Iterator[int]:
    """Yields how many messages are back in the queue they came from; none is lost, one may come twice."""
    if queue.name == RELAY_FAILURES:
        raise CliError(
            "It holds notes about a stream, not messages: the events themselves are still in the outbox.",
            hint="stadion events republish SERVICE --from 2h",
        )
    if not _has_a_way_back(target, queue):
        raise CliError(
            f"{queue.name} is of rounds that were never started, not of messages: no queue leads there, and the next "
            "round made them good.",
            hint=f"aws sqs purge-queue --queue-url {queue.url}; for open-campaign: stadion campaign resume ID",
        )
    if only is None:
        task = _start_move(target, queue)
        if task is not None:
            yield from _follow(target, queue, task)
            return
    yield from _move(target, queue, only)


def _start_move(target: Target, queue: DeadLetters) -> str | None:
    """SQS does it by itself where it can (StartMessageMoveTask); None where it cannot."""
    from botocore.exceptions import ClientError

    try:
        # Named: of a letter that the bus itself put there SQS does not know where it came from.
        source, work = _arn(target, queue.url), _arn(target, _work_of(target, queue))
        return target.aws.sqs.start_message_move_task(SourceArn=source, DestinationArn=work)["TaskHandle"]
    except ClientError as error:
        if error.response["Error"]["Code"] in UNSUPPORTED:
            return None
        raise


def _follow(target: Target, queue: DeadLetters, task: str) -> Iterator[int]:
    arn = _arn(target, queue.url)
    while True:
        tasks = target.aws.sqs.list_message_move_tasks(SourceArn=arn, MaxResults=10)["Results"]
        mine = next((t for t in tasks if t.get("TaskHandle") == task), tasks[0])
        yield int(mine.get("ApproximateNumberOfMessagesMoved", 0))
        if mine["Status"] == "FAILED":
            raise CliError(f"SQS could not move them: {mine.get('FailureReason', 'no reason given')}")
        if mine["Status"] != "RUNNING":
            return
        time.sleep(1)


def _move(target: Target, queue: DeadLetters, only: str | None) -> Iterator[int]:
    """Sent first and deleted then: an interruption repeats a message, and never loses one."""
    destination = _work_of(target, queue)
    moved = 0
    passed_over = []
    for letter in _receive(target, queue, max(depth(target, queue), 1) * 2, hidden_s=60):
        if only is not None and only not in {letter.event_id, letter.message_id}:
            passed_over.append(letter)
            continue
        target.aws.sqs.send_message(QueueUrl=destination, MessageBody=letter.body)
        target.aws.sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=letter.receipt)
        moved += 1
        yield moved
    for letter in passed_over:
        _show_again(target, queue, letter)


def _has_a_way_back(target: Target, queue: DeadLetters) -> bool:
    """A queue of the function's name, whose letters these are."""
    with suppress(target.aws.sqs.exceptions.QueueDoesNotExist):
        return bool(_work_of(target, queue))
    return False


def _work_of(target: Target, queue: DeadLetters) -> str:
    return target.aws.sqs.get_queue_url(QueueName=queue.function)["QueueUrl"]


def _arn(target: Target, url: str) -> str:
    attributes = target.aws.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
    return attributes["QueueArn"]
