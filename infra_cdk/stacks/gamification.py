"""Gamification: XP, levels, records."""

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.function import TableUse
from infra_cdk.stacks.base import ServiceStack
from infra_cdk.stacks.platform import PlatformStack


class GamificationStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment, platform: PlatformStack) -> None:
        super().__init__(scope, service="gamification", environment=environment, platform=platform)
        self.serve(self.under("/v1/gamification"), table=TableUse.READS)
        self.consume("on_workout_events")
        self.show("XpGranted", "PersonalRecords")
