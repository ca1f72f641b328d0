"""Event source mappings: streams of tables and queues, as our consumers and the relay use them."""

import json

from tests.kit.stack import eventually
from tests.local.integration.emulator.workshop import Queue, Workshop, gathered


def test_a_filter_passes_inserts_of_outbox_keys_only(workshop: Workshop, seen: Queue) -> None:
    table = workshop.table()
    workshop.subscribe(table, seen)

    workshop.put(table, "USER#1", "PROFILE")
    workshop.put(table, "USER#1", "OUTBOX#1")
    workshop.put(table, "USER#1", "OUTBOX#1", changed="yes")
    workshop.dynamodb.delete_item(TableName=table, Key={"pk": {"S": "USER#1"}, "sk": {"S": "OUTBOX#1"}})
    workshop.put(table, "USER#1", "OUTBOX#2")

    told: list[tuple[str, str]] = []

    def complete() -> bool:
        told.extend(pair for batch in seen.take() for pair in zip(batch["events"], batch["keys"], strict=True))
        return ("INSERT", "OUTBOX#2") in told

    eventually(complete)
    assert told == [("INSERT", "OUTBOX#1"), ("INSERT", "OUTBOX#2")]


def test_a_batch_that_raises_comes_again(workshop: Workshop, seen: Queue) -> None:
    table = workshop.table()
    workshop.subscribe(table, seen)
    workshop.put(table, "USER#1", "OUTBOX#FAIL")

    batches = gathered(seen, 2)

    assert [batch["keys"] for batch in batches[:2]] == [["OUTBOX#FAIL"], ["OUTBOX#FAIL"]]


def test_only_the_failed_message_comes_again_and_ends_in_the_dead_letters(workshop: Workshop, seen: Queue) -> None:
    dead = workshop.queue()
    redrive = json.dumps({"deadLetterTargetArn": dead.arn, "maxReceiveCount": 2})
    queue = workshop.queue(VisibilityTimeout="4", RedrivePolicy=redrive)  # longer than a cold start takes
    workshop.aws.functions.create_event_source_mapping(
        FunctionName=workshop.function("on_queue", SEEN=seen.url, timeout=3),
        EventSourceArn=queue.arn,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )

    queue.send({"n": 1})
    queue.send({"n": 2, "fail": True})
    queue.send({"n": 3})

    assert gathered(dead, 1) == [{"n": 2, "fail": True}]

    tries: list[tuple[int, str]] = []

    def all_tried() -> bool:
        tries.extend((entry["body"]["n"], entry["tries"]) for batch in seen.take() for entry in batch)
        return len(tries) >= 4

    eventually(all_tried)
    assert sorted(tries) == [(1, "1"), (2, "1"), (2, "2"), (3, "1")]


def test_a_dead_letter_can_be_sent_back_by_hand(workshop: Workshop) -> None:
    """`StartMessageMoveTask` is unknown to the emulator, so `stadion dlq redrive` moves messages by itself."""
    sqs, dead, source = workshop.aws.sqs, workshop.queue(), workshop.queue()
    dead.send({"n": 1})

    (letter,) = sqs.receive_message(QueueUrl=dead.url, VisibilityTimeout=30)["Messages"]
    assert "Messages" not in sqs.receive_message(QueueUrl=dead.url)
    source.send(json.loads(letter["Body"]))
    sqs.delete_message(QueueUrl=dead.url, ReceiptHandle=letter["ReceiptHandle"])

    assert source.take() == [{"n": 1}]
    assert dead.take() == []
