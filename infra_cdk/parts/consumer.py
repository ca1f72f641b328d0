"""A consumer of events: rule → queue → function."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from aws_cdk import Duration
from aws_cdk.aws_events import EventPattern, IEventBus, Match, Rule
from aws_cdk.aws_events_targets import SqsQueue
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.subscriptions import NoSubscriptionError, sources, subscriptions
from infra_cdk.parts.work_queue import WorkQueue

DELIVERY_TRIES = 24


@dataclass(frozen=True)
class Events:
    """Detail-types, and the sources that they come from (any service of ours when there is none)."""

    detail_types: Sequence[str]
    sources: Sequence[str] = ()

    @classmethod
    def of(cls, path: Path) -> Self:
        """What the entry point in this file listens to. Raises `NoSubscriptionError`."""
        detail_types, found = subscriptions(path), sources(path)
        if not detail_types:
            raise NoSubscriptionError(f"{path}: write @handler.on(...) above what handles an event")
        return cls(detail_types, () if None in found else sorted(source for source in found if source is not None))

    def pattern(self) -> EventPattern:
        source = list(self.sources) or Match.prefix(f"{PRODUCT}.")
        return EventPattern(source=source, detail_type=list(self.detail_types))


class Consumer(Construct):
    """What the bus cannot deliver ends in the same dead letters, and in the same form, as what the function refuses."""

    def __init__(
        self,
        scope: Construct,
        *,
        function: ServiceFunction,
        events: Events,
        bus: IEventBus,
        alarm_topic: ITopic,
        batch_size: int,
        at_once: int,
    ) -> None:
        super().__init__(scope, f"{function.entry_point.id}-consumer")
        self.work = WorkQueue(
            self, "Work", function=function, alarm_topic=alarm_topic, batch_size=batch_size, at_once=at_once
        )
        self.rule = Rule(
            self,
            "Rule",
            rule_name=function.name,
            event_bus=bus,
            event_pattern=events.pattern(),
            targets=[
                SqsQueue(
                    self.work.queue,
                    dead_letter_queue=self.work.dead_letters.queue,
                    retry_attempts=DELIVERY_TRIES,
                    max_event_age=Duration.hours(24),
                )
            ],
        )
