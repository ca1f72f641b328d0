"""A service's files: private, encrypted by its key, with a queue told of each arrival."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from aws_cdk import Aws, Duration, Stack
from aws_cdk.aws_iam import PolicyStatement, ServicePrincipal
from aws_cdk.aws_s3 import (
    BlockPublicAccess,
    Bucket,
    BucketEncryption,
    CfnBucket,
    CorsRule,
    HttpMethods,
    LifecycleRule,
    ObjectOwnership,
)
from constructs import Construct

from infra_cdk.environments import Environment, removal_policy
from infra_cdk.nag import accept
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.table import KnownKey, ServiceKey
from infra_cdk.parts.work_queue import WorkQueue

A_WEEK = Duration.days(7)
LED_TO = CorsRule(allowed_methods=[HttpMethods.GET], allowed_origins=["*"], allowed_headers=["*"])
"""A browser that the API sends on to S3 says `Origin: null` there, whichever page asks (fetch.spec.whatwg.org,
*HTTP-redirect fetch*). Who has the presigned link may read, from anywhere; nothing else of the bucket can be had."""


@dataclass(frozen=True)
class KnownBucket:
    """By its name, which is known beforehand: so that other stacks can use it, and its queue's policy can name it."""

    service: str
    what: str
    arrivals: str
    key: KnownKey

    @property
    def _known_as(self) -> str:
        return f"{PRODUCT}-{self.service.replace('_', '-')}-{self.what}"

    @property
    def name(self) -> str:
        return f"{self._known_as}-{Aws.ACCOUNT_ID}-{Aws.REGION}"

    @property
    def _shown(self) -> str:
        return f"arn:<AWS::Partition>:s3:::{self._known_as}-<AWS::AccountId>-<AWS::Region>"

    def let_forget(self, function: ServiceFunction, *prefixes: str) -> None:
        """To find and remove what lies there, with all its versions, and to read none of it."""
        arn = f"arn:{Aws.PARTITION}:s3:::{self.name}"
        under = [f"{prefix}*" for prefix in prefixes]
        variable = f"STADION_{self.what.upper()}_BUCKET"
        if not function.knows(variable):  # by the same bucket, which it was lent to read
            function.set_variable(variable, self.name)
        function.allow("s3:DeleteObjectVersion", on=[f"{arn}/{one}" for one in under])
        function.allow("s3:ListBucketVersions", on=[arn], conditions={"StringLike": {"s3:prefix": under}})
        for one in under:
            accept(function, f"IAM5[Resource::{self._shown}/{one}]", "of every athlete; whose it is the event says")

    def let_claim(self, function: ServiceFunction) -> None:
        """To put what is too large for an event, and to get it."""
        arn = f"arn:{Aws.PARTITION}:s3:::{self.name}"
        function.allow("s3:GetObject", "s3:PutObject", on=[f"{arn}/{self.arrivals}*"])
        function.allow("s3:ListBucket", on=[arn])  # without it a claim that is gone looks forbidden
        shown = f"{self._shown}/{self.arrivals}*"
        accept(function, f"IAM5[Resource::{shown}]", "claims of every workout; their keys come from events only")
        self.key.let_use(function, via="s3")


class ServiceBucket(Construct):
    """People put files under `arrivals` by presigned form; what is left there is swept, after a week if not told."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service: str,
        name: str,
        arrivals: str,
        key: ServiceKey,
        environment: Environment,
        swept_after: Duration = A_WEEK,
        from_app: bool = False,
        led_to: bool = False,
        keeps_versions: bool = True,
    ) -> None:
        """`from_app`: pages of the app put and get objects, by presigned requests; none has to do with the others.
        `led_to`: they are led to objects by another origin's redirect.
        `keeps_versions`: what was removed can be had back for a while, where data are kept at all."""
        super().__init__(scope, construct_id)
        self.known = KnownBucket(service, name, arrivals, key.known)
        self.bucket = Bucket(
            self,
            "Bucket",
            bucket_name=self.name,
            block_public_access=BlockPublicAccess.BLOCK_ALL,
            object_ownership=ObjectOwnership.BUCKET_OWNER_ENFORCED,
            encryption=BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            enforce_ssl=True,
            versioned=environment.keep_data and keeps_versions,
            removal_policy=removal_policy(environment),
            cors=_cors(environment, from_app=from_app, led_to=led_to),
            lifecycle_rules=[
                LifecycleRule(
                    id="sweep-arrivals",
                    prefix=arrivals,
                    expiration=swept_after,
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                ),
                LifecycleRule(
                    id="forget-old-versions",
                    noncurrent_version_expiration=Duration.days(30),
                    expired_object_delete_marker=True,
                ),
            ],
        )

        accept(self.bucket, "S1", "people reach objects by presigned requests only, and their signing is logged")

    def objects(
        self, *, reads: Sequence[str] = (), writes: Sequence[str] = (), removes: Sequence[str] = ()
    ) -> "Objects":
        """What a function may do with objects, by the prefixes of their keys."""
        return Objects(self, tuple(reads), tuple(writes), tuple(removes))

    def let(self, function: ServiceFunction, rights: Mapping[str, Sequence[str]]) -> None:
        """`STADION_<NAME>_BUCKET`, and actions, each under some prefixes."""
        variable = f"STADION_{self.known.what.upper()}_BUCKET"
        if not function.knows(variable):
            function.set_variable(variable, self.bucket.bucket_name)
        for action, prefixes in rights.items():
            if prefixes:
                function.allow(action, on=[self.bucket.arn_for_objects(f"{prefix}*") for prefix in prefixes])
        if rights["s3:GetObject"]:  # without it an absent object looks forbidden
            function.allow("s3:ListBucket", on=[self.bucket.bucket_arn])
        for prefix in {prefix for prefixes in rights.values() for prefix in prefixes}:
            objects = f"<{Stack.of(self).get_logical_id(self._resource)}.Arn>/{prefix}*"
            accept(function, f"IAM5[Resource::{objects}]", "of every athlete or run, in the service's own bucket")
        self.known.key.let_use(function, via="s3")

    @property
    def name(self) -> str:
        return self.known.name

    def tell(self, work: WorkQueue) -> None:
        """Each object that arrives becomes a message."""
        work.queue.add_to_resource_policy(
            PolicyStatement(
                principals=[ServicePrincipal("s3.amazonaws.com")],
                actions=["sqs:SendMessage"],
                resources=[work.queue.queue_arn],
                conditions={
                    "ArnEquals": {"aws:SourceArn": f"arn:{Aws.PARTITION}:s3:::{self.name}"},
                    "StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID},
                },
            )
        )
        self._resource.notification_configuration = CfnBucket.NotificationConfigurationProperty(
            queue_configurations=[
                CfnBucket.QueueConfigurationProperty(
                    event="s3:ObjectCreated:*",
                    queue=work.queue.queue_arn,
                    filter=CfnBucket.NotificationFilterProperty(
                        s3_key=CfnBucket.S3KeyFilterProperty(
                            rules=[CfnBucket.FilterRuleProperty(name="prefix", value=self.known.arrivals)]
                        )
                    ),
                )
            ]
        )
        self.bucket.node.add_dependency(work.queue.node.find_child("Policy"))

    @property
    def _resource(self) -> CfnBucket:
        return cast(CfnBucket, self.bucket.node.default_child)


@dataclass(frozen=True)
class Objects:
    """Of a bucket, to be lent to a function."""

    bucket: ServiceBucket
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    removes: tuple[str, ...]

    def lend(self, function: ServiceFunction) -> None:
        rights = {"s3:GetObject": self.reads, "s3:PutObject": self.writes, "s3:DeleteObject": self.removes}
        self.bucket.let(function, rights)


def _cors(environment: Environment, *, from_app: bool, led_to: bool) -> list[CorsRule] | None:
    rules = ([LED_TO] if led_to else []) + ([_from_app(environment)] if from_app else [])
    return rules or None


def _from_app(environment: Environment) -> CorsRule:
    return CorsRule(
        allowed_methods=[HttpMethods.POST, HttpMethods.PUT, HttpMethods.GET],
        allowed_origins=list(environment.app_origins),
        allowed_headers=["*"],
        exposed_headers=["ETag"],
        max_age=3600,
    )
