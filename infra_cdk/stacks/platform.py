"""What the services share: the bus, the users, the HTTP API, the relay of outboxes, alarms and the dashboard."""

import json

from aws_cdk import Aws, Duration, SecretValue
from aws_cdk.aws_apigatewayv2 import (
    CfnAuthorizer,
    CfnStage,
    CorsHttpMethod,
    CorsPreflightOptions,
    HttpApi,
)
from aws_cdk.aws_cloudwatch import IMetric, Metric
from aws_cdk.aws_cognito import (
    AccountRecovery,
    AuthFlow,
    AutoVerifiedAttrs,
    CfnUserPool,
    CfnUserPoolClient,
    CfnUserPoolGroup,
    ClientAttributes,
    FeaturePlan,
    KeepOriginalAttrs,
    LambdaVersion,
    PasswordPolicy,
    SignInAliases,
    UserPool,
    UserPoolClient,
    UserPoolOperation,
)
from aws_cdk.aws_events import Archive, EventBus, EventPattern, Match
from aws_cdk.aws_iam import PolicyStatement, ServicePrincipal
from aws_cdk.aws_logs import LogGroup
from aws_cdk.aws_secretsmanager import Secret
from aws_cdk.aws_sns import Topic
from aws_cdk.aws_sns_subscriptions import EmailSubscription
from constructs import Construct

from infra_cdk.environments import Environment, removal_policy
from infra_cdk.nag import accept
from infra_cdk.parts.alarms import Trouble, account_metric, function_metric, raise_alarm
from infra_cdk.parts.api import Auth, ForeignRoutes, Route, ServiceApi
from infra_cdk.parts.audit import Audit, AuditTable, Pseudonyms, PseudonymsKey
from infra_cdk.parts.bucket import ServiceBucket
from infra_cdk.parts.budget import Budget
from infra_cdk.parts.dashboard import StadionDashboard
from infra_cdk.parts.edge_secret import BehindTheEdge, EdgeSecret
from infra_cdk.parts.entry_points import PRODUCT, EntryPoint
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.gateway_logs import GatewayLogWriter
from infra_cdk.parts.known_platform import ALARMS, CLAIMS, RELAY_FAILURES, tell
from infra_cdk.parts.mail import MailDomain
from infra_cdk.parts.standing import StandingTable
from infra_cdk.parts.table import ServiceKey
from infra_cdk.parts.work_queue import DeadLetters
from infra_cdk.stacks.stack import API_TIMEOUT, EVENT_TIMEOUT, StadionStack

ROUTES = (
    Route("GET /docs", Auth.PUBLIC),
    Route("GET /docs/{proxy+}", Auth.PUBLIC),
    Route("GET /v1/health", Auth.PUBLIC),
    Route("$default", Auth.PUBLIC),
)
ADMINS = (Route("GET /v1/admin/audit", Auth.IAM), Route("GET /v1/admin/pseudonyms", Auth.IAM))
REQUEST_HEADERS = ("authorization", "content-type", "idempotency-key", "if-match", "if-none-match", "x-correlation-id")
RESPONSE_HEADERS = (
    "etag",
    "location",
    "retry-after",
    "ratelimit",
    "ratelimit-policy",
    "idempotency-replayed",
    "x-correlation-id",
    "x-client-correlation-id",
)
ACCESS_LOG_LINE = json.dumps(
    {
        "request_id": "$context.requestId",
        "route": "$context.routeKey",
        "status": "$context.status",
        "latency_ms": "$context.responseLatency",
        "authorizer_error": "$context.authorizer.error",
        "integration_error": "$context.integrationErrorMessage",
    }
)
"""Says what happened, not who it was: no address, no path with ids."""
REQUESTS_PER_SECOND = 500
REQUESTS_AT_ONCE = 1_000


SIGN_IN = {
    "POST /v1/auth/register": (10, 20),
    "POST /v1/auth/resend": (10, 20),
    "POST /v1/auth/forgot-password": (10, 20),
    "POST /v1/auth/confirm": (10, 20),
    "POST /v1/auth/reset-password": (10, 20),
    "POST /v1/auth/sign-in": (30, 60),
    "POST /v1/auth/refresh": (60, 120),
    "POST /v1/auth/sign-out": (20, 40),
}
"""Requests per second, and at once: together what Cognito's quotas of 120 a second hold. The routes stand here, though
accounts serves them: a stage can throttle only routes that are there before it."""
SESSION_TOKENS_LIVE = Duration.minutes(15)
TRIGGER_TIMEOUT = Duration.seconds(5)
"""As long as Cognito waits."""
REPLAYABLE = Duration.days(90)
EXECUTIONS = 1_000
"""At once, of all functions of an account, once it was raised to that: a new one has ten."""
FREE = 100
"""Which `guardrails` leaves."""
MAY_RING = ("cloudwatch",)
"""What may publish to the topic of alarms."""


def _throttled(per_second: int, at_once: int) -> dict[str, object]:
    """As CloudFormation writes it: CDK passes this property on as it is."""
    return {
        "ThrottlingRateLimit": per_second,
        "ThrottlingBurstLimit": at_once,
    }


class PlatformStack(StadionStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="platform", environment=environment)
        self.alarm_topic = self._alarms()
        self.bus = EventBus(self, "Bus", event_bus_name=PRODUCT)
        self.key = ServiceKey(self, service="platform", environment=environment)
        StandingTable(self, key=self.key, environment=environment, alarm_topic=self.alarm_topic)
        self.edge = EdgeSecret(self, key=self.key, environment=environment) if environment.api_domain else None
        AuditTable(self, key=self.key, environment=environment, alarm_topic=self.alarm_topic)
        self.pseudonyms = PseudonymsKey(self, key=self.key, environment=environment)
        self._claims()
        self._archive()
        self.users = self._users()
        self.client = self._client()
        self.client_secret = self._client_secret()
        self.api = self._api()
        if environment.access_logs:
            GatewayLogWriter(self)
        self.authorizer = self._authorizer()
        self.relay_failures = DeadLetters(
            self,
            "RelayFailures",
            name=RELAY_FAILURES,
            alarm_topic=self.alarm_topic,
            trouble=Trouble.RELAY_FAILURES,
        )
        accept(self.relay_failures, "SQS3", "it is where the table streams put what the relay could not publish")
        self.relay = self._relay()
        self._serve()
        self._watch()
        if environment.month_usd:
            Budget(self, environment=environment)
        self.output(
            ApiUrl=self.api.api_endpoint,
            ApiId=self.api.api_id,
            UserPoolId=self.users.user_pool_id,
            UserPoolClientId=self.client.user_pool_client_id,
            BusName=self.bus.event_bus_name,
        )
        self._tell()

    def _alarms(self) -> Topic:
        """SNS lets the owner's account publish, until a policy of ours replaces that: CloudWatch must be named."""
        topic = Topic(self, "Alarms", topic_name=ALARMS, enforce_ssl=True)
        topic.add_to_resource_policy(
            PolicyStatement(
                principals=[ServicePrincipal(f"{who}.amazonaws.com") for who in MAY_RING],
                actions=["sns:Publish"],
                resources=[topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )
        topic.add_subscription(EmailSubscription(self.environment_.alarm_mail))
        return topic

    def _claims(self) -> ServiceBucket:
        """What is too large for an event, for as long as the archive can replay the event."""
        return ServiceBucket(
            self,
            "Claims",
            service="platform",
            name=CLAIMS[0],
            arrivals=CLAIMS[1],
            key=self.key,
            environment=self.environment_,
            swept_after=REPLAYABLE,
        )

    def _archive(self) -> None:
        Archive(
            self,
            "Archive",
            archive_name=PRODUCT,
            source_event_bus=self.bus,
            event_pattern=EventPattern(source=Match.prefix(f"{PRODUCT}.")),
            retention=REPLAYABLE,
        )

    def _users(self) -> UserPool:
        """Long passwords instead of a zoo of symbols, as NIST SP 800-63B asks; an e-mail is an e-mail in any case."""
        users = UserPool(
            self,
            "Users",
            user_pool_name=PRODUCT,
            self_sign_up_enabled=False,
            sign_in_aliases=SignInAliases(email=True),
            sign_in_case_sensitive=False,
            auto_verify=AutoVerifiedAttrs(email=True),
            keep_original=KeepOriginalAttrs(email=True),
            account_recovery=AccountRecovery.NONE,
            password_policy=PasswordPolicy(
                min_length=10,
                require_digits=False,
                require_lowercase=False,
                require_uppercase=False,
                require_symbols=False,
                temp_password_validity=Duration.days(3),
            ),
            feature_plan=FeaturePlan.ESSENTIALS,
            deletion_protection=self.environment_.protects,
            removal_policy=removal_policy(self.environment_),
        )
        accept(users, "COG1", "NIST SP 800-63B: length instead of composition rules; ten characters at least")
        accept(users, "COG2", "an athlete's sign-in asks for no second factor; admins sign AWS requests instead")
        accept(users, "COG8", "threat protection of the Plus plan costs more per user than the rest of the product")
        for role in ("admin", "partner"):
            CfnUserPoolGroup(self, role.title(), user_pool_id=users.user_pool_id, group_name=role)
        self._send_from_our_domain(users)
        users.add_trigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, self._tokens().target, LambdaVersion.V2_0)
        return users

    def _send_from_our_domain(self, users: UserPool) -> None:
        """Codes are sent by accounts, and Cognito sends nothing; what it might send is none of its 50 mails a day."""
        pool = users.node.default_child
        if self.environment_.mail_verified and isinstance(pool, CfnUserPool):
            mail = MailDomain(self.environment_.mail_domain)
            pool.email_configuration = CfnUserPool.EmailConfigurationProperty(
                email_sending_account="DEVELOPER",
                from_=mail.sender,
                source_arn=mail.identity,
                configuration_set=PRODUCT,
            )

    def _tokens(self) -> ServiceFunction:
        return self.make_function(
            self.entry_point("on_tokens"),
            variables={},
            alarm_topic=self.alarm_topic,
            timeout=TRIGGER_TIMEOUT,
        )

    def _client(self) -> UserPoolClient:
        """With a secret, and only flows that need rights: Cognito answers nobody but the function of accounts."""
        return self.users.add_client(
            "App",
            user_pool_client_name="app",
            generate_secret=True,
            disable_o_auth=True,
            auth_flows=AuthFlow(admin_user_password=True),
            access_token_validity=SESSION_TOKENS_LIVE,
            id_token_validity=SESSION_TOKENS_LIVE,
            refresh_token_validity=Duration.days(30),
            refresh_token_rotation_grace_period=Duration.seconds(30),
            enable_token_revocation=True,
            prevent_user_existence_errors=True,
            write_attributes=ClientAttributes().with_standard_attributes(locale=True),
        )

    def _client_secret(self) -> Secret:
        """CloudFormation reads it from Cognito and writes it here: no template, output or variable has it."""
        client = self.client.node.default_child
        assert isinstance(client, CfnUserPoolClient)  # noqa: S101 - for the type checker
        secret = Secret(
            self,
            "ClientSecret",
            secret_name="stadion/platform/client",  # noqa: S106 - its name
            secret_string_value=SecretValue.resource_attribute(client.attr_client_secret),
            encryption_key=self.key,
            removal_policy=removal_policy(self.environment_),
        )
        accept(secret, "SMG4", "Cognito makes it with the client: another secret is another client")
        return secret

    def _api(self) -> HttpApi:
        api = HttpApi(
            self,
            "HttpApi",
            api_name=PRODUCT,
            create_default_stage=False,
            cors_preflight=CorsPreflightOptions(
                allow_origins=list(self.environment_.app_origins),
                allow_methods=[CorsHttpMethod.ANY],
                allow_headers=[*REQUEST_HEADERS, "accept-language"],
                expose_headers=list(RESPONSE_HEADERS),
                max_age=Duration.hours(1),
            ),
        )
        sign_in = ForeignRoutes(
            self,
            entry_point=EntryPoint.of("accounts", "api"),
            environment=self.environment_,
            api_id=api.api_id,
            routes=[Route(key, Auth.PUBLIC) for key in SIGN_IN],
        )
        stage = CfnStage(
            self,
            "Stage",
            api_id=api.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=CfnStage.RouteSettingsProperty(
                throttling_rate_limit=REQUESTS_PER_SECOND,
                throttling_burst_limit=REQUESTS_AT_ONCE,
            ),
            route_settings={key: _throttled(*limits) for key, limits in SIGN_IN.items()},
            access_log_settings=self._access_logs(),
        )
        for route in sign_in.routes:
            stage.add_dependency(route)
        return api

    def _access_logs(self) -> CfnStage.AccessLogSettingsProperty | None:
        if not self.environment_.access_logs:
            return None
        logs = LogGroup(
            self,
            "AccessLogs",
            log_group_name=f"/aws/apigateway/{PRODUCT}",
            retention=self.environment_.log_retention,
            removal_policy=removal_policy(self.environment_),
        )
        return CfnStage.AccessLogSettingsProperty(destination_arn=logs.log_group_arn, format=ACCESS_LOG_LINE)

    def _authorizer(self) -> CfnAuthorizer:
        return CfnAuthorizer(
            self,
            "Authorizer",
            api_id=self.api.api_id,
            authorizer_type="JWT",
            name="users",
            identity_source=["$request.header.Authorization"],
            jwt_configuration=CfnAuthorizer.JWTConfigurationProperty(
                audience=[self.client.user_pool_client_id],
                issuer=f"https://cognito-idp.{Aws.REGION}.{Aws.URL_SUFFIX}/{self.users.user_pool_id}",
            ),
        )

    def _relay(self) -> ServiceFunction:
        relay = self.make_function(
            self.entry_point("on_outbox"),
            variables={
                "STADION_BUS": self.bus.event_bus_name,
                "STADION_RELAY_FAILURES_QUEUE": self.relay_failures.queue.queue_url,
            },
            alarm_topic=self.alarm_topic,
            timeout=EVENT_TIMEOUT,
            trouble=Trouble.RELAY_FAILURES,
        )
        relay.allow("events:PutEvents", on=[self.bus.event_bus_arn])
        relay.allow("sqs:SendMessage", on=[self.relay_failures.queue.queue_arn])
        return relay

    def _serve(self) -> None:
        function = self.make_function(
            self.entry_point("api"),
            variables={"STADION_BUS": self.bus.event_bus_name},
            alarm_topic=self.alarm_topic,
            timeout=API_TIMEOUT,
        )
        key = self.key.known
        edge = self.edge.secret.secret_arn if self.edge and self.environment_.edge else None
        pseudonyms = Pseudonyms(self.pseudonyms.secret.secret_arn, key)
        BehindTheEdge(edge, key).lend(function)
        pseudonyms.lend(function)
        admins = self.make_function(
            self.entry_point("admin_api"),
            variables={"STADION_BUS": self.bus.event_bus_name},
            alarm_topic=self.alarm_topic,
            timeout=API_TIMEOUT,
        )
        Audit(key, reads=True).lend(admins)
        pseudonyms.lend(admins)
        routes = ServiceApi(self, api_id=self.api.api_id, authorizer_id=lambda: self.authorizer.ref)
        routes.lead(ROUTES, to=function)
        routes.lead(ADMINS, to=admins)

    def _tell(self) -> None:
        """What `KnownPlatform` asks for."""
        tell(
            self,
            ApiId=self.api.api_id,
            AuthorizerId=self.authorizer.ref,
            UserPoolId=self.users.user_pool_id,
            UserPoolClientId=self.client.user_pool_client_id,
            ClientSecretArn=self.client_secret.secret_arn,
            KeyArn=self.key.key_arn,
            PseudonymsSecretArn=self.pseudonyms.secret.secret_arn,
            RelayRole=self.relay.role.role_name,
        )
        if self.edge is not None:
            tell(self, EdgeSecretArn=self.edge.secret.secret_arn)

    def _watch(self) -> None:
        raise_alarm(
            self,
            trouble=Trouble.API_FAILURES,
            subject=f"{PRODUCT}-api",
            meaning="The HTTP API answers 5xx.",
            metric=self._api_metric("5xx"),
            topic=self.alarm_topic,
        )
        self._watch_executions()
        lag = function_metric(self.relay.name, "IteratorAge", "Maximum")
        raise_alarm(
            self,
            trouble=Trouble.RELAY_LAG,
            subject=self.relay.name,
            meaning="Events wait in their tables: the relay is a minute or more behind.",
            metric=lag,
            above=Duration.minutes(1).to_milliseconds(),
            minutes=3,
            topic=self.alarm_topic,
        )
        self.dashboard = StadionDashboard(self, name=PRODUCT)
        latency: list[IMetric] = [self._api_metric("Latency", "p50"), self._api_metric("Latency", "p95")]
        failures: list[IMetric] = [self._api_metric("4xx"), self._api_metric("5xx")]
        self.dashboard.add_row(
            [
                ("Requests", [self._api_metric("Count")]),
                ("4xx, 5xx", failures),
                ("Latency", latency),
                ("Relay lag", [lag]),
            ]
        )
        self.dashboard.add_service(
            "platform", functions=self.functions, queues=[], facts=["Published", "PublishFailed"]
        )

    def _watch_executions(self) -> None:
        """Of the account: it has one limit for all its functions, ours and others'."""
        for subject, metric, statistic, above, meaning in (
            (PRODUCT, "Throttles", "Sum", 0, "A function had no room: somebody was refused, or a message comes later."),
            (
                f"{PRODUCT}-executions",
                "ClaimedAccountConcurrency",
                "Maximum",
                EXECUTIONS - FREE,
                f"Of the account's {EXECUTIONS} executions at once less than {FREE} are free.",
            ),
        ):
            raise_alarm(
                Construct(self, metric),
                trouble=Trouble.THROTTLED,
                subject=subject,
                meaning=meaning,
                metric=account_metric(metric, statistic),
                above=above,
                minutes=3,
                topic=self.alarm_topic,
            )

    def _api_metric(self, metric: str, statistic: str = "Sum") -> Metric:
        return Metric(
            namespace="AWS/ApiGateway",
            metric_name=metric,
            dimensions_map={"ApiId": self.api.api_id},
            statistic=statistic,
            period=Duration.minutes(1),
        )
