"""What a function may use beside its own table: each brings the right and the variable by which the function knows it.

    self.consume("on_workout_events", uses=[self.claims, tracks, measuring])

It is the only way to a right, so that who reads the line knows what the function may do, wherever the line stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from aws_cdk import Aws
from aws_cdk.aws_lambda import ILayerVersion

from infra_cdk.environments import Environment
from infra_cdk.nag import accept
from infra_cdk.parts.bucket import KnownBucket
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.function import ServiceFunction, TableUse
from infra_cdk.parts.table import ServiceTable
from infra_cdk.timestream_tables import TABLES, database_name

EACH_CALL_BEGINS_WITH_IT = "DescribeEndpoints knows no resources, and each call of an SDK begins with it"


class Use(Protocol):
    def lend(self, function: ServiceFunction) -> None: ...


@dataclass(frozen=True)
class Packages:
    """Of a heavy layer."""

    layer: ILayerVersion

    def lend(self, function: ServiceFunction) -> None:
        function.add_layer(self.layer)


@dataclass(frozen=True)
class Actions:
    """ARN -> what the function may do with it."""

    allowed: Mapping[str, Sequence[str]]

    def lend(self, function: ServiceFunction) -> None:
        for arn, actions in self.allowed.items():
            function.allow(*actions, on=[arn])


@dataclass(frozen=True)
class TextMessages:
    """SMS. A phone number has no ARN, so the right is to everything that is no topic and no device."""

    def lend(self, function: ServiceFunction) -> None:
        function.allow("sns:Publish", on=["*"])
        function.deny("sns:Publish", on=[f"arn:{Aws.PARTITION}:sns:*:*:*"])
        accept(function, "IAM5[Resource::*]", "a phone number has no ARN; topics and devices are denied")
        accept(function, "IAM5[Resource::arn:<AWS::Partition>:sns:*:*:*]", "it denies")


@dataclass(frozen=True)
class NoTopics:
    """For who may publish to phones and devices: no topic of ours, so that nobody rings or drowns the alarms."""

    def lend(self, function: ServiceFunction) -> None:
        topics = f"arn:{Aws.PARTITION}:sns:*:*:{PRODUCT}-*"
        function.deny("sns:Publish", on=[topics])
        accept(function, f"IAM5[Resource::arn:<AWS::Partition>:sns:*:*:{PRODUCT}-*]", "it denies")


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

    bucket: KnownBucket

    def lend(self, function: ServiceFunction) -> None:
        self.bucket.let_claim(function)
        function.set_variable("STADION_CLAIMS_BUCKET", self.bucket.name)


@dataclass(frozen=True)
class Forgetting:
    """What lies under some prefixes of a bucket, to be removed with all its versions."""

    bucket: KnownBucket
    prefixes: tuple[str, ...]

    def lend(self, function: ServiceFunction) -> None:
        self.bucket.let_forget(function, *self.prefixes)


@dataclass(frozen=True)
class Partitions:
    """Of the service's table, those whose keys begin so, to be read and written; instead of all of it."""

    table: ServiceTable
    keys: tuple[str, ...]

    def lend(self, function: ServiceFunction) -> None:
        self.table.let_use(function, TableUse.WRITES, keys=self.keys)


@dataclass(frozen=True)
class ByKey:
    """Single items of the service's table whose keys begin so, to be looked at."""

    table: ServiceTable
    keys: tuple[str, ...]

    def lend(self, function: ServiceFunction) -> None:
        self.table.let_look(function, self.keys)


@dataclass(frozen=True)
class WholeIndex:
    """Everything that the index of the service's table lists, for work over all of it."""

    table: ServiceTable

    def lend(self, function: ServiceFunction) -> None:
        self.table.walk_index(function)


@dataclass(frozen=True)
class TimeSeries:
    """Timestream, where the environment has it: by name, since a reference would tie the stacks together."""

    environment: Environment

    def lend(self, function: ServiceFunction) -> None:
        if self.environment.timestream:
            name = database_name(self.environment.name)
            database = f"arn:{Aws.PARTITION}:timestream:{Aws.REGION}:{Aws.ACCOUNT_ID}:database/{name}"
            tables = [f"{database}/table/{table.name}" for table in TABLES]
            function.allow("timestream:WriteRecords", "timestream:Select", "timestream:DescribeTable", on=tables)
            function.allow("timestream:DescribeEndpoints", on=["*"])
            accept(function, "IAM5[Resource::*]", EACH_CALL_BEGINS_WITH_IT)
            function.set_variable("STADION_TIMESTREAM_DATABASE", name)
