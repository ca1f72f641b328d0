"""Notifications: the inbox."""

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import routes_under
from infra_cdk.parts.consumer import Events
from infra_cdk.stacks.base import ServiceStack
from infra_cdk.stacks.platform import PlatformStack


class NotificationsStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment, platform: PlatformStack) -> None:
        super().__init__(scope, service="notifications", environment=environment, platform=platform)
        self.serve(routes_under("/v1/notifications"))
        self.consume("on_notification_requests", Events(["NotificationRequested"]))
        self.consume(
            "on_account_events",
            Events(["UserRegistered", "ProfileUpdated", "ConsentChanged"], source="accounts"),
        )
        self.show("NotificationDelivered")
