"""The partners' door: a REST API whose every method wants a key, with usage plans that count and brake."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aws_cdk import Aws, CfnOutput, CfnResource
from aws_cdk.aws_apigateway import (
    AccessLogFormat,
    Deployment,
    EndpointType,
    GatewayResponse,
    Integration,
    IntegrationType,
    LogGroupLogDestination,
    Method,
    MethodLoggingLevel,
    Period,
    QuotaSettings,
    ResponseType,
    RestApi,
    Stage,
    ThrottleSettings,
    UsagePlan,
    UsagePlanPerApiStage,
)
from aws_cdk.aws_lambda import CfnPermission
from aws_cdk.aws_logs import LogGroup
from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.environments import Environment, removal_policy
from infra_cdk.nag import accept
from infra_cdk.parts.alarms import Trouble, raise_alarm, rest_api_metric
from infra_cdk.parts.entry_points import PRODUCT, EntryPoint
from infra_cdk.parts.function import LIVE, ServiceFunction

NAME = f"{PRODUCT}-partners"
STAGE = "live"
ACCESS_LOG_LINE = (
    '{"request_id":"$context.requestId","route":"$context.resourcePath","method":"$context.httpMethod",'
    '"status":"$context.status","latency_ms":"$context.responseLatency","key_id":"$context.identity.apiKeyId",'
    '"gateway_error":"$context.error.responseType","integration_error":"$context.integration.error"}'
)
"""Whose key it was by its id; never its value, an address or a body."""


@dataclass(frozen=True)
class GatewayProblem:
    """What API Gateway itself says, in the words of RFC 9457."""

    kind: ResponseType
    """Each access makes another object, equal to nothing: no key, and nothing to compare."""
    status: int
    code: str
    detail: str
    retry_after_s: int | None = None


PROBLEMS: Final = (
    GatewayProblem(ResponseType.INVALID_API_KEY, 403, "api_key_is_invalid", "This takes a valid API key as x-api-key."),
    GatewayProblem(
        ResponseType.MISSING_AUTHENTICATION_TOKEN, 404, "route_not_found", "There is nothing at this address."
    ),
    GatewayProblem(
        ResponseType.THROTTLED,
        429,
        "too_many_requests",
        "Slow down: your plan allows fewer requests a second.",
        retry_after_s=1,
    ),
    GatewayProblem(
        ResponseType.QUOTA_EXCEEDED,
        429,
        "quota_is_used_up",
        "The quota of your plan is used up for today.",
        retry_after_s=3600,
    ),
)


class PartnerRestApi(Construct):
    """Its stage logs by the role of `GatewayLogWriter`, whose stack is there before."""

    def __init__(self, scope: Construct, *, environment: Environment, alarm_topic: ITopic) -> None:
        super().__init__(scope, "PartnerApi")
        self._environment = environment
        self.api = RestApi(
            self,
            "Rest",
            rest_api_name=NAME,
            deploy=False,
            cloud_watch_role=False,
            endpoint_types=[EndpointType.REGIONAL],
            binary_media_types=["*/*"],  # bodies arrive byte for byte, as they were signed
        )
        accept(self.api, "APIG2", "the functions judge requests by the models that the document is made from")
        self._deployment = Deployment(self, "Deployment", api=self.api)
        for problem in PROBLEMS:
            self._answer(problem)
        self.stage = self._stage()
        self.api.deployment_stage = self.stage
        self.plans = {plan.name: self._plan(plan.name) for plan in environment.partner_plans}
        raise_alarm(
            self,
            trouble=Trouble.API_FAILURES,
            subject=NAME,
            meaning="The partner API answers 5xx.",
            metric=rest_api_metric(NAME, "5XXError", STAGE),
            topic=alarm_topic,
        )
        CfnOutput(scope, "PartnerApiId", value=self.api.rest_api_id)
        CfnOutput(scope, "PartnerApiUrl", value=self.url)

    @property
    def url(self) -> str:
        """Without a slash at the end; paths begin with /partner/v1."""
        return f"https://{self.api.rest_api_id}.execute-api.{Aws.REGION}.{Aws.URL_SUFFIX}/{STAGE}"

    def attach(self, entry_point: EntryPoint, routes: Sequence[str], *, after: ServiceFunction | None) -> None:
        """`POST /partner/v1/…` for the function of an entry point, by its name: it may be another service's, whose
        stack must be there before, and which no reference ties to this one. `after`: it is in this stack."""
        alias = f":{LIVE}" if self._environment.canary and entry_point.is_shifted else ""
        arn = f"arn:{Aws.PARTITION}:lambda:{Aws.REGION}:{Aws.ACCOUNT_ID}:function:{entry_point.name}{alias}"
        integration = Integration(
            type=IntegrationType.AWS_PROXY,
            integration_http_method="POST",
            uri=f"arn:{Aws.PARTITION}:apigateway:{Aws.REGION}:lambda:path/2015-03-31/functions/{arn}/invocations",
        )
        for route in routes:
            verb, path = route.split(" ")
            method = self.api.root.resource_for_path(path).add_method(verb, integration, api_key_required=True)
            self._put_into_snapshot(method)
            accept(method, "APIG4", "partners have keys with quotas; orders are signed as well")
            accept(method, "COG4", "partners are no athletes: they have keys, not users of the pool")
        permission = CfnPermission(
            self,
            f"Invoke-{entry_point.id}",
            action="lambda:InvokeFunction",
            function_name=arn,
            principal="apigateway.amazonaws.com",
            source_arn=f"arn:{Aws.PARTITION}:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{self.api.rest_api_id}/*",
        )
        if after is not None:
            permission.node.add_dependency(after.target)

    def _stage(self) -> Stage:
        logs = self._logs() if self._environment.access_logs else None
        stage = Stage(
            self,
            "Stage",
            deployment=self._deployment,
            stage_name=STAGE,
            access_log_destination=logs,
            access_log_format=AccessLogFormat.custom(ACCESS_LOG_LINE) if logs else None,
            data_trace_enabled=False,
            logging_level=MethodLoggingLevel.OFF,
        )
        accept(stage, "APIG3", "keys, quotas and signatures stand at this door; a firewall is the account's to add")
        accept(stage, "APIG6", "execution logs would hold bodies; the access log says what happened")
        return stage

    def _logs(self) -> LogGroupLogDestination:
        group = LogGroup(
            self,
            "AccessLogs",
            log_group_name=f"/aws/apigateway/{PRODUCT}-partners",
            retention=self._environment.log_retention,
            removal_policy=removal_policy(self._environment),
        )
        return LogGroupLogDestination(group)

    def _plan(self, name: str) -> UsagePlan:
        plan = next(plan for plan in self._environment.partner_plans if plan.name == name)
        return UsagePlan(
            self,
            f"Plan-{name}",
            name=f"{PRODUCT}-{name}",
            throttle=ThrottleSettings(rate_limit=plan.requests_per_s, burst_limit=plan.at_once),
            quota=QuotaSettings(limit=plan.requests_per_day, period=Period.DAY),
            api_stages=[UsagePlanPerApiStage(api=self.api, stage=self.stage)],
        )

    def _answer(self, problem: GatewayProblem) -> None:
        document = (
            f'{{"type":"https://stadion.example/problems/{problem.code}","title":$context.error.messageString,'
            f'"status":{problem.status},"detail":"{problem.detail}","instance":"/partner/v1","code":"{problem.code}",'
            '"trace_id":"$context.requestId"}'
        )
        headers = {"Content-Type": "'application/problem+json'"}
        if problem.retry_after_s is not None:
            headers["Retry-After"] = f"'{problem.retry_after_s}'"
        answer = self.api.add_gateway_response(
            problem.code.title().replace("_", ""),
            type=problem.kind,
            status_code=str(problem.status),
            response_headers=headers,
            templates={"application/json": document},
        )
        self._put_into_snapshot(answer)

    def _put_into_snapshot(self, part: Method | GatewayResponse) -> None:
        """A stage serves what its deployment found: each part comes before it, and a change of one makes another."""
        resource = part.node.default_child
        if not isinstance(resource, CfnResource):
            raise TypeError(f"{part.node.path} is no resource")
        self._deployment.node.add_dependency(resource)
        self._deployment.add_to_logical_id(resource._cfn_properties)
