"""Gamification: XP, levels, records."""

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.function import TableUse
from infra_cdk.stacks.base import ServiceStack


class GamificationStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="gamification", environment=environment, gsi1=True)
        self.serve(self.under("/v1/gamification"), table=TableUse.WRITES)
        self.consume("on_workout_events")
        self.consume("athletes/on_account_events")
        self.show("XpGranted", "PersonalRecords")
