"""A function that runs every few minutes."""

from aws_cdk import Duration
from aws_cdk.aws_events import Rule, Schedule
from aws_cdk.aws_events_targets import LambdaFunction
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.nag import accept
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.work_queue import DeadLetters


class EveryFewMinutes(Construct):
    """What was not delivered in the time of one round is not worth delivering: the next round does it."""

    def __init__(self, scope: Construct, *, function: ServiceFunction, rate: Duration, alarm_topic: ITopic) -> None:
        super().__init__(scope, f"{function.entry_point.id}-schedule")
        missed = DeadLetters(self, "Missed", name=f"{function.name}-dlq", alarm_topic=alarm_topic)
        accept(missed, "SQS3", "it is where rounds go that could not be started")
        Rule(
            self,
            "Rule",
            rule_name=function.name,
            schedule=Schedule.rate(rate),
            targets=[
                LambdaFunction(
                    function.function,
                    dead_letter_queue=missed.queue,
                    retry_attempts=2,
                    max_event_age=rate,
                )
            ],
        )
