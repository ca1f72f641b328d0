"""Another version of a function that people wait for gets a tenth of the requests first, and all of them if nothing
rings: CodeDeploy shifts the alias `live`, and shifts it back by itself."""

from functools import cached_property

from aws_cdk.aws_codedeploy import (
    AutoRollbackConfig,
    LambdaApplication,
    LambdaDeploymentConfig,
    LambdaDeploymentGroup,
)
from aws_cdk.aws_iam import ManagedPolicy, Role, ServicePrincipal
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.nag import accept
from infra_cdk.parts.alarms import Trouble, function_metric, own_metric, raise_alarm
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.function import ServiceFunction

POLICY = "service-role/AWSCodeDeployRoleForLambdaLimited"
SHIFT = LambdaDeploymentConfig.CANARY_10_PERCENT_5_MINUTES
FAILED = "Status5xx"
"""Of a service's answers (`stadion.http`): an API function answers its own errors, and does not fail by them."""


class Canaries(Construct):
    """Of one stack: an application of CodeDeploy, a role, and a group for each function."""

    def __init__(self, scope: Construct, *, service: str, alarm_topic: ITopic) -> None:
        super().__init__(scope, "Canaries")
        self._service, self._alarm_topic = service, alarm_topic

    @cached_property
    def _application(self) -> LambdaApplication:
        return LambdaApplication(self, "Application", application_name=f"{PRODUCT}-{self._service}")

    @cached_property
    def _role(self) -> Role:
        role = Role(
            self,
            "Role",
            assumed_by=ServicePrincipal("codedeploy.amazonaws.com"),
            managed_policies=[ManagedPolicy.from_aws_managed_policy_name(POLICY)],
        )
        accept(role, f"IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/{POLICY}]", "what CodeDeploy needs for Lambda")
        return role

    def guard(self, function: ServiceFunction) -> None:
        if function.alias is None:
            raise ValueError(f"{function.name} has no alias to shift")
        within = Construct(self, function.entry_point.id)
        crashed = function_metric(function.name, "Errors").with_(
            dimensions_map={"FunctionName": function.name, "Resource": f"{function.name}:{function.alias.alias_name}"}
        )
        alarms = [
            raise_alarm(
                Construct(within, metric.metric_name),
                trouble=Trouble.CANARY,
                subject=f"{function.name}-{metric.metric_name.lower()}",
                meaning=f"{meaning} A version that is being deployed is taken back.",
                metric=metric,
                topic=self._alarm_topic,
            )
            for metric, meaning in (
                (crashed, f"{function.name} raised an exception or ran out of time."),
                (own_metric(function.entry_point.service, FAILED), f"{function.entry_point.service} answers 5xx."),
            )
        ]
        LambdaDeploymentGroup(
            within,
            "Group",
            application=self._application,
            deployment_group_name=function.name,
            alias=function.alias,
            deployment_config=SHIFT,
            alarms=alarms,
            auto_rollback=AutoRollbackConfig(failed_deployment=True, stopped_deployment=True, deployment_in_alarm=True),
            role=self._role,
        )
