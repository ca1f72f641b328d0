"""The small table of the platform in which every API looks how an athlete stands, and counts (`stadion.standing`), and
the partner API how a partner does (`stadion.partner_standing`)."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk.aws_sns import ITopic
from constructs import Construct

from infra_cdk.environments import Environment, PartnerPlan
from infra_cdk.parts.entry_points import PRODUCT
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.table import KnownKey, ServiceKey, made_table, table_arn

NAME = "standing"
ATHLETES = "STANDING#*"
PARTNERS = "PARTNER#*"
COUNTED = ["pk", "sk", "rate_*"]
"""What a look may write: its slot of the window, and away with those that left it."""


class StandingTable(Construct):
    """Without a stream: what changes here is told by accounts, in the same transaction, from its own table."""

    def __init__(self, scope: Construct, *, key: ServiceKey, environment: Environment, alarm_topic: ITopic) -> None:
        super().__init__(scope, "Standing")
        self.table = made_table(self, name=NAME, key=key, environment=environment, alarm_topic=alarm_topic)


@dataclass(frozen=True)
class Standing:
    """Of athletes or of partners, to be looked at, which counts; with `writes`, to be changed too."""

    key: KnownKey
    plans: Sequence[PartnerPlan]
    writes: bool = False
    whose: str = ATHLETES

    def lend(self, function: ServiceFunction) -> None:
        by_key = {"dynamodb:LeadingKeys": [self.whose]}
        written = by_key if self.writes else {**by_key, "dynamodb:Attributes": COUNTED}
        table = [table_arn(NAME)]
        function.allow("dynamodb:GetItem", on=table, conditions={"ForAllValues:StringLike": by_key})
        function.allow("dynamodb:UpdateItem", on=table, conditions={"ForAllValues:StringLike": written})
        function.set_variable("STADION_STANDING_TABLE", f"{PRODUCT}-{NAME}")
        if self.whose == PARTNERS:
            rates = {plan.name: plan.requests_per_s for plan in self.plans}
            function.set_variable("STADION_PARTNER_RATES", json.dumps(rates))
        self.key.let_use(function, via="dynamodb")
