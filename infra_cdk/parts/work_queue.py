"""Work that waits for a function: a queue, its dead letters, partial batch failures, and both alarms."""

import math

from aws_cdk import Duration
from aws_cdk.aws_lambda_event_sources import SqsEventSource
from aws_cdk.aws_sns import ITopic
from aws_cdk.aws_sqs import DeadLetterQueue, Queue, QueueEncryption
from constructs import Construct

from infra_cdk.parts.alarms import Trouble, queue_metric, raise_alarm
from infra_cdk.parts.function import ServiceFunction

TRIES = 5
LATE_AFTER_MINUTES = 5
"""At least; where a message stays hidden for longer after a try that failed, one such try is nobody's alarm."""
DEAD_LETTERS_KEPT = Duration.days(14)


class DeadLetters(Construct):
    """A queue that should be empty, and an alarm when it is not."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        alarm_topic: ITopic,
        trouble: Trouble = Trouble.DEAD_LETTERS,
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = name
        self.queue = Queue(
            self,
            "Queue",
            queue_name=name,
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=DEAD_LETTERS_KEPT,
        )
        raise_alarm(
            self,
            trouble=trouble,
            subject=name,
            meaning=f"Messages that could not be handled wait in {name}.",
            metric=queue_metric(name, "ApproximateNumberOfMessagesVisible"),
            topic=alarm_topic,
        )


class WorkQueue(Construct):
    """The queue bears the function's name, its dead-letter queue the same with `-dlq`. `at_once`: batches."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        function: ServiceFunction,
        alarm_topic: ITopic,
        at_once: int,
        batch_size: int = 10,
    ) -> None:
        super().__init__(scope, construct_id)
        self.name = function.name
        self.dead_letters = DeadLetters(self, "DeadLetters", name=f"{self.name}-dlq", alarm_topic=alarm_topic)
        hidden = Duration.seconds(6 * function.timeout.to_seconds())
        late_after_minutes = max(LATE_AFTER_MINUTES, math.ceil(1.5 * hidden.to_minutes(integral=False)))
        self.queue = Queue(
            self,
            "Queue",
            queue_name=self.name,
            encryption=QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            visibility_timeout=hidden,
            retention_period=Duration.days(4),
            dead_letter_queue=DeadLetterQueue(queue=self.dead_letters.queue, max_receive_count=TRIES),
        )
        function.function.add_event_source(
            SqsEventSource(self.queue, batch_size=batch_size, report_batch_item_failures=True, max_concurrency=at_once)
        )
        raise_alarm(
            self,
            trouble=Trouble.OLDEST_MESSAGE,
            subject=self.name,
            meaning=f"{self.name} is behind: a message has waited more than {late_after_minutes} minutes.",
            metric=queue_metric(self.name, "ApproximateAgeOfOldestMessage"),
            above=60 * late_after_minutes,
            minutes=3,
            topic=alarm_topic,
        )
        self._what = function.entry_point.module.removeprefix("on_")

    def lend(self, function: ServiceFunction) -> None:
        """`STADION_<WHAT>_QUEUE` of `on_<what>.py`, and the right to send to it."""
        function.allow("sqs:SendMessage", on=[self.queue.queue_arn])
        function.set_variable(f"STADION_{self._what.upper()}_QUEUE", self.queue.queue_url)
