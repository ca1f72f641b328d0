"""A service's routes on the product's HTTP API."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import Aws
from aws_cdk.aws_apigatewayv2 import CfnIntegration, CfnRoute
from aws_cdk.aws_lambda import CfnPermission
from constructs import Construct

from infra_cdk.nag import accept
from infra_cdk.parts.function import ServiceFunction

ACCESS_TOKEN_SCOPE = "aws.cognito.signin.user.admin"  # noqa: S105
"""Every access token of the user pool has it and no id token does."""


class Auth(StrEnum):
    JWT = "JWT"
    IAM = "AWS_IAM"
    PUBLIC = "NONE"


@dataclass(frozen=True)
class Route:
    """A route key, such as `GET /v1/health`."""

    key: str
    auth: Auth = Auth.JWT


class ServiceApi(Construct):
    """One integration and one permission for the service's function, and its routes."""

    def __init__(
        self, scope: Construct, *, function: ServiceFunction, api_id: str, authorizer_id: str, routes: Iterable[Route]
    ) -> None:
        super().__init__(scope, "Api")
        target = function.target.function_arn
        integration = CfnIntegration(
            self,
            "Integration",
            api_id=api_id,
            integration_type="AWS_PROXY",
            integration_uri=target,
            payload_format_version="2.0",
            timeout_in_millis=20_000,
        )
        CfnPermission(
            self,
            "Invoke",
            action="lambda:InvokeFunction",
            function_name=target,
            principal="apigateway.amazonaws.com",
            source_arn=f"arn:{Aws.PARTITION}:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{api_id}/*",
        )
        for route in routes:
            resource = CfnRoute(
                self,
                route.key,
                api_id=api_id,
                route_key=route.key,
                target=f"integrations/{integration.ref}",
                authorization_type=route.auth,
                authorizer_id=authorizer_id if route.auth is Auth.JWT else None,
                authorization_scopes=[ACCESS_TOKEN_SCOPE] if route.auth is Auth.JWT else None,
            )
            if route.auth is Auth.PUBLIC:
                accept(resource, "APIG4", "public by design: reached before anybody is signed in")
