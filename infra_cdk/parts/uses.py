"""What a function may use beside its own table: each brings the right and the variable by which the function knows it.

    self.consume("on_workout_events", uses=[self.claims, tracks, measuring])

It is the only way to a right, so that who reads the line knows what the function may do, wherever the line stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aws_cdk.aws_lambda import ILayerVersion

from infra_cdk.environments import Environment
from infra_cdk.parts.bucket import ServiceBucket
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.stacks.timestream import let_use_time_series
from infra_cdk.timestream_tables import database_name


class Use(Protocol):
    def lend(self, function: ServiceFunction) -> None: ...


@dataclass(frozen=True)
class Packages:
    """Of a heavy layer."""

    layer: ILayerVersion

    def lend(self, function: ServiceFunction) -> None:
        function.function.add_layers(self.layer)


@dataclass(frozen=True)
class Actions:
    """ARN -> what the function may do with it."""

    allowed: Mapping[str, Sequence[str]]

    def lend(self, function: ServiceFunction) -> None:
        for arn, actions in self.allowed.items():
            function.allow(*actions, on=[arn])


@dataclass(frozen=True)
class Variables:
    """What a function knows."""

    known: Mapping[str, str]

    def lend(self, function: ServiceFunction) -> None:
        for name, value in self.known.items():
            function.set_variable(name, value)


@dataclass(frozen=True)
class Claims:
    """The platform's bucket of what is too large for an event."""

    bucket: ServiceBucket

    def lend(self, function: ServiceFunction) -> None:
        self.bucket.let_claim(function)
        function.set_variable("STADION_CLAIMS_BUCKET", self.bucket.name)


@dataclass(frozen=True)
class Reading:
    """A bucket's objects, of which the function changes none."""

    bucket: ServiceBucket

    def lend(self, function: ServiceFunction) -> None:
        self.bucket.let_read(function)


@dataclass(frozen=True)
class TimeSeries:
    """Timestream, where the environment has it."""

    environment: Environment

    def lend(self, function: ServiceFunction) -> None:
        if self.environment.timestream:
            let_use_time_series(function, self.environment)
            function.set_variable("STADION_TIMESTREAM_DATABASE", database_name(self.environment.name))
