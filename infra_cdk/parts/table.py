"""A service's table, encrypted by a key of its own, with the stream that feeds the outbox relay."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aws_cdk import Aws, Duration
from aws_cdk.aws_dynamodb import (
    Attribute,
    AttributeType,
    BillingMode,
    PointInTimeRecoverySpecification,
    ProjectionType,
    StreamViewType,
    Table,
    TableEncryption,
)
from aws_cdk.aws_iam import IRole, Policy, PolicyStatement
from aws_cdk.aws_kms import Key
from aws_cdk.aws_lambda import CfnEventSourceMapping
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.environments import Environment, removal_policy
from infra_cdk.parts.alarms import Trouble, raise_alarm, table_metric
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.function import ServiceFunction, TableUse

GSI1 = "gsi1"
NEW_OUTBOX_ITEM = {
    "eventName": ["INSERT"],
    "dynamodb": {"Keys": {"pk": {"S": [{"prefix": "OUTBOX#"}]}}},
}
READ = ("dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query")
READ_AND_WRITE = (
    *READ,
    "dynamodb:PutItem",
    "dynamodb:UpdateItem",
    "dynamodb:DeleteItem",
    "dynamodb:BatchWriteItem",
    "dynamodb:ConditionCheckItem",
)
"""No Scan: no request path may ask for one. `walk_index` lends it to work over everything."""
USE_KEY = (
    "kms:Decrypt",
    "kms:Encrypt",
    "kms:DescribeKey",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
)


@dataclass(frozen=True)
class KnownKey:
    """By its ARN alone: of this stack or of another."""

    key_arn: str

    def let_use(self, function: ServiceFunction, *, via: str) -> None:
        """Only through that AWS service, never by itself."""
        function.allow(*USE_KEY, on=[self.key_arn], conditions=only_via(via))


class ServiceKey(Key):
    """The key of one service's data, rotated every year."""

    def __init__(self, scope: Construct, *, service: str, environment: Environment) -> None:
        super().__init__(
            scope,
            "Key",
            alias=f"{PRODUCT}-{service}",
            description=f"Data of {service}",
            enable_key_rotation=True,
            removal_policy=removal_policy(environment),
        )

    @property
    def known(self) -> KnownKey:
        return KnownKey(self.key_arn)


def table_arn(name: str) -> str:
    """Of `stadion-<name>`, in whichever stack it is."""
    return f"arn:{Aws.PARTITION}:dynamodb:{Aws.REGION}:{Aws.ACCOUNT_ID}:table/{PRODUCT}-{name}"


def made_table(
    scope: Construct, *, name: str, key: ServiceKey, environment: Environment, alarm_topic: ITopic, **more: Any
) -> Table:
    """Of `pk` and `sk`, encrypted by the key, with a past of 35 days, and heard of when it refuses."""
    table = Table(
        scope,
        "Table",
        table_name=f"{PRODUCT}-{name}",
        partition_key=Attribute(name="pk", type=AttributeType.STRING),
        sort_key=Attribute(name="sk", type=AttributeType.STRING),
        billing_mode=BillingMode.PAY_PER_REQUEST,
        encryption=TableEncryption.CUSTOMER_MANAGED,
        encryption_key=key,
        point_in_time_recovery_specification=PointInTimeRecoverySpecification(point_in_time_recovery_enabled=True),
        deletion_protection=environment.protects,
        removal_policy=removal_policy(environment),
        **at_most(environment),
        **more,
    )
    _hear_of_refusals(scope, name, topic=alarm_topic)
    return table


def _hear_of_refusals(scope: Construct, name: str, *, index: str = "", topic: ITopic) -> None:
    """Of a table, or of its index, whose refusals are counted for itself alone."""
    for kind in ("Read", "Write"):
        raise_alarm(
            Construct(scope, f"{index.title()}{kind}Throttles"),
            trouble=Trouble.TABLE_THROTTLES,
            subject="-".join(filter(None, (PRODUCT, name, index, f"{kind.lower()}s"))),
            meaning=f"{PRODUCT}-{name}{f' by {index}' if index else ''} refuses {kind.lower()}s: above its maximum, or "
            "one partition is hot.",
            metric=table_metric(f"{PRODUCT}-{name}", f"{kind}ThrottleEvents", index),
            topic=topic,
            minutes=3,
        )


def at_most(environment: Environment) -> dict[str, Any]:
    """The maximum of a table, and of each of its indexes."""
    maximum = environment.table_maximum
    return {"max_read_request_units": maximum.reads, "max_write_request_units": maximum.writes} if maximum else {}


def add_index(
    scope: Construct, table: Table, index: str, *, name: str, environment: Environment, alarm_topic: ITopic
) -> None:
    """Over `<index>pk` and `<index>sk`, with all that the items have, to the table that `made_table` called `name`."""
    table.add_global_secondary_index(
        index_name=index,
        partition_key=Attribute(name=f"{index}pk", type=AttributeType.STRING),
        sort_key=Attribute(name=f"{index}sk", type=AttributeType.STRING),
        projection_type=ProjectionType.ALL,
        **at_most(environment),
    )
    _hear_of_refusals(scope, name, index=index, topic=alarm_topic)


ONE_AFTER_THE_OTHER = 1
"""Batches of a shard at once. A shard has 1 000 writes a second, and a batch of 50 takes the relay some 50 ms; more of
them would be more executions of the relay for the same bus."""


@dataclass(frozen=True)
class Relay:
    """What publishes the outboxes, and the queue of what it could not."""

    function_arn: str
    role: IRole
    failures_arn: str


class ServiceTable(Construct):
    """`pk`, `sk`, optionally the sparse index `gsi1` over `gsi1pk`, `gsi1sk`; new `OUTBOX#` items go to the relay."""

    def __init__(
        self,
        scope: Construct,
        *,
        service: str,
        key: ServiceKey,
        environment: Environment,
        relay: Relay,
        alarm_topic: ITopic,
        gsi1: bool = False,
    ) -> None:
        super().__init__(scope, "Table")
        self.key = key.known
        self._has_gsi1 = gsi1
        self.table = made_table(
            self,
            name=service,
            key=key,
            environment=environment,
            alarm_topic=alarm_topic,
            time_to_live_attribute="expires_at",
            stream=StreamViewType.NEW_IMAGE,
        )
        if gsi1:
            add_index(self, self.table, GSI1, name=service, environment=environment, alarm_topic=alarm_topic)
        self._feed(relay, service=service)

    def let_use(self, function: ServiceFunction, use: TableUse, *, keys: Sequence[str] = ()) -> None:
        """With `keys`, of partitions that begin so and of no index."""
        if use is TableUse.NONE:
            return
        indexes = [f"{self.table.table_arn}/index/{GSI1}"] if self._has_gsi1 and not keys else []
        theirs = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}} if keys else None
        actions = READ if use is TableUse.READS else READ_AND_WRITE
        function.allow(*actions, on=[self.table.table_arn, *indexes], conditions=theirs)
        function.set_variable("STADION_TABLE", self.table.table_name)
        self.key.let_use(function, via="dynamodb")

    def let_look(self, function: ServiceFunction, keys: Sequence[str]) -> None:
        only_theirs = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": list(keys)}}
        function.allow("dynamodb:GetItem", on=[self.table.table_arn], conditions=only_theirs)
        function.set_variable("STADION_TABLE", self.table.table_name)
        self.key.let_use(function, via="dynamodb")

    def walk_index(self, function: ServiceFunction) -> None:
        """`Records.walk`: a Scan of the index."""
        function.allow("dynamodb:Scan", on=[f"{self.table.table_arn}/index/{GSI1}"])

    def _feed(self, relay: Relay, *, service: str) -> None:
        """The mapping and the relay's rights live here: the platform does not know its services."""
        stream = self.table.table_stream_arn
        if stream is None:
            raise ValueError("the table has no stream")
        rights = Policy(
            self,
            "RelayRights",
            # The role is the platform's: under a name of the CDK's, equal in all stacks, each would replace the last.
            policy_name=f"{PRODUCT}-{service}-outbox",
            roles=[relay.role],
            statements=[
                PolicyStatement(
                    actions=[
                        "dynamodb:DescribeStream",
                        "dynamodb:GetRecords",
                        "dynamodb:GetShardIterator",
                        "dynamodb:ListStreams",
                    ],
                    resources=[stream],
                ),
                PolicyStatement(actions=["kms:Decrypt"], resources=[self.key.key_arn], conditions=only_via("dynamodb")),
            ],
        )
        outbox = CfnEventSourceMapping(
            self,
            "Outbox",
            function_name=relay.function_arn,
            event_source_arn=stream,
            starting_position="TRIM_HORIZON",
            batch_size=50,
            parallelization_factor=ONE_AFTER_THE_OTHER,
            filter_criteria={"filters": [{"pattern": json.dumps(NEW_OUTBOX_ITEM)}]},
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=20,
            maximum_record_age_in_seconds=int(Duration.hours(6).to_seconds()),
            destination_config={"onFailure": {"destination": relay.failures_arn}},
        )
        outbox.node.add_dependency(rights)


def only_via(aws_service: str) -> dict[str, object]:
    return {"StringEquals": {"kms:ViaService": f"{aws_service}.{Aws.REGION}.amazonaws.com"}}
