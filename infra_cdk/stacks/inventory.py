"""Inventory: gear, its components and their wear."""

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.stacks.base import ServiceStack


class InventoryStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="inventory", environment=environment)
        self.serve(self.under("/v1/gear"))
        self.consume("on_workout_events")
        self.consume("on_order_events")
        self.consume("on_account_events")
        self.show("GearWearReached")
