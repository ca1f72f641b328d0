"""Inventory: gear, its components and their wear."""

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.stacks.base import ServiceStack
from infra_cdk.stacks.platform import PlatformStack


class InventoryStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment, platform: PlatformStack) -> None:
        super().__init__(scope, service="inventory", environment=environment, platform=platform)
        self.serve(self.under("/v1/gear"))
        self.consume("on_workout_events")
        self.consume("on_order_events")
        self.consume("on_account_events")
        self.show("GearWearReached")
