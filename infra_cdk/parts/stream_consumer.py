"""A consumer of a table's own stream: what was written to it moves what is derived from it."""

import json

from aws_cdk import Duration
from aws_cdk.aws_dynamodb import Table
from aws_cdk.aws_lambda import CfnEventSourceMapping
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.nag import accept
from infra_cdk.parts.alarms import Trouble, function_metric, raise_alarm
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.work_queue import DeadLetters

READ_STREAM = (
    "dynamodb:DescribeStream",
    "dynamodb:GetRecords",
    "dynamodb:GetShardIterator",
    "dynamodb:ListStreams",
)


class StreamConsumer(Construct):
    """Of the items whose sort key begins so; those of one partition in their order. What it never takes is named in a
    queue `<function>-failures`; the items themselves stay in the table.

    A stream feeds two readers at most, and the relay is one of them.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        function: ServiceFunction,
        table: Table,
        beginning: str,
        alarm_topic: ITopic,
        batch_size: int,
        at_once: int,
    ) -> None:
        super().__init__(scope, f"{function.entry_point.id}-stream")
        stream = table.table_stream_arn
        if stream is None:
            raise ValueError("the table has no stream")
        self.failures = DeadLetters(self, "Failures", name=f"{function.name}-dlq", alarm_topic=alarm_topic)
        accept(self.failures, "SQS3", "it is where the stream puts what the function could not take")
        function.allow(*READ_STREAM, on=[stream])
        function.allow("sqs:SendMessage", on=[self.failures.queue.queue_arn])
        pattern = {"dynamodb": {"Keys": {"sk": {"S": [{"prefix": beginning}]}}}}
        mapping = CfnEventSourceMapping(
            self,
            "Mapping",
            function_name=function.function.function_arn,
            event_source_arn=stream,
            starting_position="TRIM_HORIZON",
            batch_size=batch_size,
            parallelization_factor=at_once,
            filter_criteria={"filters": [{"pattern": json.dumps(pattern)}]},
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=20,
            maximum_record_age_in_seconds=int(Duration.hours(6).to_seconds()),
            destination_config={"onFailure": {"destination": self.failures.queue.queue_arn}},
        )
        mapping.node.add_dependency(function)
        raise_alarm(
            self,
            trouble=Trouble.STREAM_LAG,
            subject=function.name,
            meaning=f"{function.name} reads the table's stream more than a minute late.",
            metric=function_metric(function.name, "IteratorAge", "Maximum"),
            above=Duration.minutes(1).to_milliseconds(),
            minutes=3,
            topic=alarm_topic,
        )
