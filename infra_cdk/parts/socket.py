"""A service's WebSocket API: an authorizer at $connect, one function for everything that comes over a connection."""

from aws_cdk import Aws, CfnOutput
from aws_cdk.aws_apigatewayv2 import CfnApi, CfnAuthorizer, CfnIntegration, CfnRoute, CfnStage
from aws_cdk.aws_lambda import CfnPermission
from aws_cdk.aws_logs import LogGroup
from constructs import Construct

from infra_cdk.environments import Environment, removal_policy
from infra_cdk.nag import accept
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.function import ServiceFunction

MESSAGES_PER_SECOND = 500
MESSAGES_AT_ONCE = 1_000
ACCESS_LOG_LINE = (
    '{"request_id":"$context.requestId","route":"$context.routeKey","event":"$context.eventType",'
    '"status":"$context.status","authorizer_error":"$context.authorizer.error",'
    '"integration_error":"$context.integrationErrorMessage"}'
)
"""Says what happened, not who it was: neither the address nor the query, in which a token may be."""


class ServiceSocket(Construct):
    """The API comes first, so that functions can know it; `serve` gives it its routes.

    There is no route response: answers are posted to the connection.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        service: str,
        stage: str,
        environment: Environment,
    ) -> None:
        super().__init__(scope, "Socket")
        self._service = service
        self.wing = self._stage = stage
        self._environment = environment
        self._api = CfnApi(
            self,
            "Api",
            name=f"{PRODUCT}-{service}",
            protocol_type="WEBSOCKET",
            route_selection_expression="$request.body.action",
        )
        CfnOutput(scope, "SocketApiId", value=self._api.ref)
        url = f"wss://{self._api.ref}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}/{stage}"
        CfnOutput(scope, "SocketUrl", value=url)

    @property
    def api_id(self) -> str:
        return self._api.ref

    def serve(self, *, connect: ServiceFunction, message: ServiceFunction) -> None:
        """`connect` says who may come, `message` hears everything."""
        authorizer = CfnAuthorizer(
            self,
            "Authorizer",
            api_id=self.api_id,
            name="connect",
            authorizer_type="REQUEST",
            authorizer_uri=_invocation_of(connect),
            # All named sources must be there, and a token comes in the header or in the query: name what always is.
            identity_source=["route.request.header.Host"],
        )
        integration = CfnIntegration(
            self,
            "Integration",
            api_id=self.api_id,
            integration_type="AWS_PROXY",
            integration_uri=_invocation_of(message),
            timeout_in_millis=20_000,
        )
        for name, function in (("InvokeConnect", connect), ("InvokeMessage", message)):
            CfnPermission(
                self,
                name,
                action="lambda:InvokeFunction",
                function_name=function.target.function_arn,
                principal="apigateway.amazonaws.com",
                source_arn=f"{self._arn}/*",
            )
        for key in ("$connect", "$disconnect", "$default"):
            guarded = key == "$connect"
            route = CfnRoute(
                self,
                key,
                api_id=self.api_id,
                route_key=key,
                target=f"integrations/{integration.ref}",
                authorization_type="CUSTOM" if guarded else "NONE",
                authorizer_id=authorizer.ref if guarded else None,
            )
            if not guarded:
                accept(route, "APIG4", "a connection is authorised once, when it is opened; AWS allows no other way")
        self._make_stage()

    def lend(self, function: ServiceFunction) -> None:
        """`STADION_SOCKET_API`, and the right to write to connections and to end them."""
        function.set_variable("STADION_SOCKET_API", self.api_id)
        connections = [f"{self._arn}/{self._stage}/{method}/@connections/*" for method in ("POST", "DELETE")]
        function.allow("execute-api:ManageConnections", on=connections)
        logical_id = self._api.stack.get_logical_id(self._api)
        for method in ("POST", "DELETE"):
            shown = (
                f"arn:<AWS::Partition>:execute-api:<AWS::Region>:<AWS::AccountId>:<{logical_id}>/{self._stage}/{method}"
            )
            accept(function, f"IAM5[Resource::{shown}/@connections/*]", "connections of this API; their ids are random")

    @property
    def _arn(self) -> str:
        return f"arn:{Aws.PARTITION}:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{self.api_id}"

    def _make_stage(self) -> None:
        stage = CfnStage(
            self,
            "Stage",
            api_id=self.api_id,
            stage_name=self._stage,
            auto_deploy=True,
            default_route_settings=CfnStage.RouteSettingsProperty(
                throttling_rate_limit=MESSAGES_PER_SECOND,
                throttling_burst_limit=MESSAGES_AT_ONCE,
                data_trace_enabled=False,
                logging_level="OFF",
            ),
            access_log_settings=None,
        )
        if self._environment.access_logs:
            self._log_accesses(stage)

    def _log_accesses(self, stage: CfnStage) -> None:
        """A WebSocket API writes logs by the role that the account names for API Gateway; an HTTP API needs none."""
        logs = LogGroup(
            self,
            "AccessLogs",
            log_group_name=f"/aws/apigateway/{PRODUCT}-{self._service}",
            retention=self._environment.log_retention,
            removal_policy=removal_policy(self._environment),
        )
        stage.access_log_settings = CfnStage.AccessLogSettingsProperty(
            destination_arn=logs.log_group_arn, format=ACCESS_LOG_LINE
        )


def _invocation_of(function: ServiceFunction) -> str:
    arn = function.target.function_arn
    return f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"
