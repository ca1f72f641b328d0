"""The platform, as the stacks of the services know it: what has a name of its own by that, all else by a parameter of
SSM. Never by an export, which CloudFormation lets nobody change while a stack imports it (docs/decisions/0038)."""

from functools import cached_property
from typing import Final

from aws_cdk import Aws, CfnParameter
from aws_cdk.aws_events import EventBus, IEventBus
from aws_cdk.aws_iam import IRole, Role
from aws_cdk.aws_sns import ITopic, Topic
from aws_cdk.aws_ssm import StringParameter
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.audit import Audit, Pseudonyms
from infra_cdk.parts.bucket import KnownBucket
from infra_cdk.parts.edge_secret import BehindTheEdge
from infra_cdk.parts.entry_points import PRODUCT, EntryPoint
from infra_cdk.parts.standing import ATHLETES, Standing
from infra_cdk.parts.table import KnownKey, Relay

TOLD_UNDER: Final = f"/{PRODUCT}/platform/"
ALARMS: Final = f"{PRODUCT}-alarms"
RELAY_FAILURES: Final = f"{PRODUCT}-relay-failures"
RELAY: Final = EntryPoint.of("platform", "on_outbox").name
CLAIMS: Final = ("claims", "streams/")
"""The bucket, and what of it is swept."""


def tell(scope: Construct, **told: str) -> None:
    """To the stacks that come after."""
    for name, value in told.items():
        StringParameter(scope, f"Told{name}", parameter_name=TOLD_UNDER + name, string_value=value)


class KnownPlatform(Construct):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, "Platform")
        self._environment = environment
        self.alarm_topic: ITopic = Topic.from_topic_arn(self, "Alarms", _arn("sns", ALARMS))
        self.bus: IEventBus = EventBus.from_event_bus_name(self, "Bus", PRODUCT)
        self.claims = KnownBucket("platform", *CLAIMS, key=self.key)

    def _told(self, name: str) -> str:
        parameter = CfnParameter(
            self, name, type="AWS::SSM::Parameter::Value<String>", default=TOLD_UNDER + name, description="Platform's"
        )
        parameter.override_logical_id(f"Platform{name}")
        return parameter.value_as_string

    @cached_property
    def api_id(self) -> str:
        return self._told("ApiId")

    @property
    def api_url(self) -> str:
        """Of the gateway itself, behind the edge."""
        return f"https://{self.api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}"

    @cached_property
    def authorizer_id(self) -> str:
        return self._told("AuthorizerId")

    @cached_property
    def user_pool_id(self) -> str:
        return self._told("UserPoolId")

    @property
    def user_pool_arn(self) -> str:
        return _arn("cognito-idp", f"userpool/{self.user_pool_id}")

    @cached_property
    def user_pool_client_id(self) -> str:
        return self._told("UserPoolClientId")

    @cached_property
    def client_secret_arn(self) -> str:
        return self._told("ClientSecretArn")

    @cached_property
    def key(self) -> KnownKey:
        return KnownKey(self._told("KeyArn"))

    @cached_property
    def relay(self) -> Relay:
        role: IRole = Role.from_role_name(self, "Relay", self._told("RelayRole"))
        return Relay(_arn("lambda", f"function:{RELAY}"), role, _arn("sqs", RELAY_FAILURES))

    def standing(self, *, writes: bool = False, whose: str = ATHLETES) -> Standing:
        return Standing(self.key, self._environment.partner_plans, writes=writes, whose=whose)

    @property
    def audit(self) -> Audit:
        return Audit(self.key)

    @cached_property
    def pseudonyms(self) -> Pseudonyms:
        return Pseudonyms(self._told("PseudonymsSecretArn"), self.key)

    @cached_property
    def edge(self) -> BehindTheEdge:
        return BehindTheEdge(self._told("EdgeSecretArn") if self._environment.edge else None, self.key)


def _arn(service: str, resource: str) -> str:
    return f"arn:{Aws.PARTITION}:{service}:{Aws.REGION}:{Aws.ACCOUNT_ID}:{resource}"
