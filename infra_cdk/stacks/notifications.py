"""Notifications: the inbox, and the channels that ring."""

import json

from aws_cdk import Aws, Duration
from aws_cdk.aws_cloudwatch import Metric
from aws_cdk.aws_secretsmanager import Secret, SecretStringGenerator
from constructs import Construct

from infra_cdk.environments import Environment, removal_policy
from infra_cdk.nag import accept
from infra_cdk.parts.alarms import Trouble, raise_alarm, watch_channels
from infra_cdk.parts.api import Auth, Route
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.function import TableUse
from infra_cdk.parts.mail import Mail
from infra_cdk.parts.uses import Actions, NoTopics, Variables
from infra_cdk.stacks.base import ServiceStack

SNS = f"arn:{Aws.PARTITION}:sns:{Aws.REGION}:{Aws.ACCOUNT_ID}"
PHONES = "*"
"""A phone number has no ARN."""


class NotificationsStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="notifications", environment=environment, gsi1=True)
        words = self.packages("mail")
        self.mail = Mail(self, environment=environment)
        self.links = self._links_secret(environment)
        pushes = {platform_: f"{SNS}:app/{name}" for platform_, name in environment.push_applications}
        channels = Variables(
            self.mail.variables
            | {
                "STADION_LINKS_SECRET": self.links.secret_arn,
                "STADION_PUSH_APPLICATIONS": json.dumps(pushes),
                "STADION_API_ID": self.platform.api_id,
                "STADION_API_URL": environment.public(self.platform.api_url),
            }
        )
        read_links = Actions(
            {self.links.secret_arn: ["secretsmanager:GetSecretValue"], self.key.key_arn: ["kms:Decrypt"]}
        )
        endpoints = f"{SNS}:endpoint/*"
        send = Actions(
            {arn: ["ses:SendEmail"] for arn in self.mail.sources}
            | {PHONES: ["sns:Publish"], endpoints: ["sns:Publish", "sns:DeleteEndpoint"]}
        )
        accept(self, "IAM5[Resource::*]", "a phone number has no ARN")
        any_endpoint = "arn:<AWS::Partition>:sns:<AWS::Region>:<AWS::AccountId>:endpoint/*"
        accept(self, f"IAM5[Resource::{any_endpoint}]", "SNS names the endpoint of each phone")
        deliveries = self.work("dispatch/on_deliveries", uses=[channels, read_links, send, NoTopics(), words])
        register = Actions(
            {arn: ["sns:CreatePlatformEndpoint"] for arn in pushes.values()}
            | {endpoints: ["sns:SetEndpointAttributes"]}
        )
        self.serve(
            [
                *self.under("/v1/notifications"),
                Route("GET /v1/unsubscribe", Auth.PUBLIC),
                Route("POST /v1/unsubscribe", Auth.PUBLIC),
            ],
            uses=[channels, read_links, register, words],
        )
        self.administer("/v1/admin/notifications", table=TableUse.READS)
        self.consume("dispatch/on_notification_requests", uses=[deliveries])
        self.consume("recipients/on_account_events")
        receipts = self.work("dispatch/on_mail_events")
        if receipts is not None:
            self.mail.tell(receipts)
        self.every(Duration.minutes(1), "dispatch/task_send_due", uses=[deliveries])
        self._watch_sms(environment)
        watch_channels(self, service="notifications", topic=self.platform.alarm_topic)
        self.show("NotificationDelivered", "GateSuppress", "GateDefer", "NotificationFailed")

    def _watch_sms(self, environment: Environment) -> None:
        """Of the whole account, which has one limit for all that sends."""
        spent = Metric(
            namespace="AWS/SNS",
            metric_name="SMSMonthToDateSpentUSD",
            statistic="Maximum",
            period=Duration.hours(1),
        )
        raise_alarm(
            self,
            trouble=Trouble.SMS_SPEND,
            subject=PRODUCT,
            meaning="SMS have used four fifths of what they may cost in a month.",
            metric=spent,
            above=0.8 * environment.sms_month_usd,
            topic=self.platform.alarm_topic,
        )

    def _links_secret(self, environment: Environment) -> Secret:
        secret = Secret(
            self,
            "Links",
            secret_name="stadion/notifications/links",  # noqa: S106 - its name
            encryption_key=self.key,
            generate_secret_string=SecretStringGenerator(password_length=64, exclude_punctuation=True),
            removal_policy=removal_policy(environment),
        )
        accept(secret, "SMG4", "keys are added by hand; without one, the mails that it signed have no way out")
        return secret
