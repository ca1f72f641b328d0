"""The role by which API Gateway writes the access logs of WebSocket and REST APIs: one to an account."""

from aws_cdk.aws_apigateway import CfnAccount
from aws_cdk.aws_iam import ManagedPolicy, Role, ServicePrincipal
from constructs import Construct

from infra_cdk.nag import accept

POLICY = "service-role/AmazonAPIGatewayPushToCloudWatchLogs"


class GatewayLogWriter(Construct):
    """An HTTP API needs none. Stages that log are in stacks that come after the platform's."""

    def __init__(self, scope: Construct) -> None:
        super().__init__(scope, "GatewayLogs")
        push = ManagedPolicy.from_aws_managed_policy_name(POLICY)
        role = Role(self, "Writer", assumed_by=ServicePrincipal("apigateway.amazonaws.com"), managed_policies=[push])
        shown = f"arn:<AWS::Partition>:iam::aws:policy/{POLICY}"
        accept(role, f"IAM4[Policy::{shown}]", "the policy that API Gateway asks for; the role is its own")
        CfnAccount(self, "Account", cloud_watch_role_arn=role.role_arn)
