"""A service's routes on the product's HTTP API."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from aws_cdk import Aws, Stack
from aws_cdk.aws_apigatewayv2 import CfnIntegration, CfnRoute
from aws_cdk.aws_lambda import CfnPermission
from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.nag import accept
from infra_cdk.parts.entry_points import EntryPoint
from infra_cdk.parts.function import ServiceFunction

ACCESS_TOKEN_SCOPE = "stadion/athlete"  # noqa: S105
"""Every access token of the user pool has it (`functions/platform_/on_tokens.py`) and no id token does."""


class Auth(StrEnum):
    JWT = "JWT"
    IAM = "AWS_IAM"
    PUBLIC = "NONE"


@dataclass(frozen=True)
class Route:
    """A route key, such as `GET /v1/health`."""

    key: str
    auth: Auth = Auth.JWT


def in_a_row(stack: Stack) -> None:
    """API Gateway changes an API once at a time: of routes side by side some fail (*concurrent modification*)."""
    last: dict[str, CfnRoute] = {}
    for route in stack.node.find_all():
        if isinstance(route, CfnRoute):
            before = last.get(route.api_id)
            if before is not None:
                route.add_resource_dependency(before)
            last[route.api_id] = route


class ServiceApi(Construct):
    """The service's routes, and an integration and a permission for each function behind them.

    A route keeps its logical id when another function takes it over: API Gateway has no two routes of one key, and
    CloudFormation makes what is new before it removes what was."""

    def __init__(self, scope: Construct, *, api_id: str, authorizer_id: Callable[[], str]) -> None:
        """`authorizer_id` is asked by routes for athletes: a stack without one has no use for its parameter."""
        super().__init__(scope, "Api")
        self._api_id, self._authorizer_id = api_id, authorizer_id

    def lead(self, routes: Iterable[Route], *, to: ServiceFunction) -> None:
        target, whose = to.target.function_arn, "" if to.entry_point.module == "api" else "Admin"
        CfnPermission(
            self,
            f"{whose}Invoke",
            action="lambda:InvokeFunction",
            function_name=target,
            principal="apigateway.amazonaws.com",
            source_arn=f"arn:{Aws.PARTITION}:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{self._api_id}/*",
        )
        integration = _integration(self, self._api_id, target, f"{whose}Integration")
        for route in routes:
            authorizer_id = self._authorizer_id() if route.auth is Auth.JWT else None
            _route(self, self._api_id, integration, route, authorizer_id)


class ForeignRoutes(Construct):
    """Routes of this stack to a function of another one, by the name it will have: that one lets the API invoke it."""

    def __init__(
        self,
        scope: Construct,
        *,
        entry_point: EntryPoint,
        environment: Environment,
        api_id: str,
        routes: Iterable[Route],
    ) -> None:
        super().__init__(scope, entry_point.id)
        alias = ":live" if environment.snap_start and entry_point.starts_from_snapshot else ""
        place = f"arn:{Aws.PARTITION}:lambda:{Aws.REGION}:{Aws.ACCOUNT_ID}:function"
        integration = _integration(self, api_id, f"{place}:{entry_point.name}{alias}")
        self.routes = [_route(self, api_id, integration, route, None) for route in routes]


def _integration(scope: Construct, api_id: str, target: str, construct_id: str = "Integration") -> CfnIntegration:
    return CfnIntegration(
        scope,
        construct_id,
        api_id=api_id,
        integration_type="AWS_PROXY",
        integration_uri=target,
        payload_format_version="2.0",
        timeout_in_millis=20_000,
    )


def _route(
    scope: Construct, api_id: str, integration: CfnIntegration, route: Route, authorizer_id: str | None
) -> CfnRoute:
    made = CfnRoute(
        scope,
        route.key,
        api_id=api_id,
        route_key=route.key,
        target=f"integrations/{integration.ref}",
        authorization_type=route.auth,
        authorizer_id=authorizer_id,
        authorization_scopes=[ACCESS_TOKEN_SCOPE] if route.auth is Auth.JWT else None,
    )
    if route.auth is Auth.PUBLIC:
        accept(made, "APIG4", "public by design: reached before anybody is signed in")
    return made
