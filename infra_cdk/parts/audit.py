"""Who did what: the platform's table that functions of admins add to (`stadion.audit`), and the key of the hashes that
people are named by (`stadion.pseudonyms`)."""

from dataclasses import dataclass

from aws_cdk.aws_secretsmanager import Secret, SecretStringGenerator
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.environments import Environment, removal_policy
from infra_cdk.nag import accept
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.table import KnownKey, ServiceKey, add_index, made_table, only_via, table_arn

NAME = "audit"
INDEXES = ("gsi1", "gsi2")


class AuditTable(Construct):
    """By day, by signer (`gsi1`), by whom or what it is about (`gsi2`). Without a stream; items expire."""

    def __init__(self, scope: Construct, *, key: ServiceKey, environment: Environment, alarm_topic: ITopic) -> None:
        super().__init__(scope, "Audit")
        self.table = made_table(
            self,
            name=NAME,
            key=key,
            environment=environment,
            alarm_topic=alarm_topic,
            time_to_live_attribute="expires_at",
        )
        for index in INDEXES:
            add_index(self, self.table, index, name=NAME, environment=environment, alarm_topic=alarm_topic)


class PseudonymsKey(Construct):
    """The secret that the hashes are keyed by. Another one makes other hashes: what was written before stays apart."""

    def __init__(self, scope: Construct, *, key: ServiceKey, environment: Environment) -> None:
        super().__init__(scope, "Pseudonyms")
        self.secret = Secret(
            self,
            "Key",
            secret_name="stadion/platform/pseudonyms",  # noqa: S106 - its name
            encryption_key=key,
            generate_secret_string=SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=removal_policy(environment),
        )
        accept(self.secret, "SMG4", "another key is another hash: nobody could be found in what was written before")


@dataclass(frozen=True)
class Pseudonyms:
    """To name people by hashes, in each request's line of the log."""

    secret_arn: str
    key: KnownKey

    def lend(self, function: ServiceFunction) -> None:
        function.allow("secretsmanager:GetSecretValue", on=[self.secret_arn])
        function.allow("kms:Decrypt", on=[self.key.key_arn], conditions=only_via("secretsmanager"))
        function.set_variable("STADION_PSEUDONYMS_SECRET", self.secret_arn)


@dataclass(frozen=True)
class Audit:
    """To add to the table and to complete what one added; with `reads`, to look."""

    key: KnownKey
    reads: bool = False

    def lend(self, function: ServiceFunction) -> None:
        arn = table_arn(NAME)
        function.allow("dynamodb:PutItem", "dynamodb:UpdateItem", on=[arn])
        if self.reads:
            function.allow("dynamodb:Query", on=[arn, *(f"{arn}/index/{index}" for index in INDEXES)])
        function.set_variable("STADION_AUDIT_TABLE", f"{PRODUCT}-{NAME}")
        self.key.let_use(function, via="dynamodb")
