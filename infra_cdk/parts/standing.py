"""The small table of the platform in which every API looks how an athlete stands (`stadion.standing`), and the partner
API how a partner does (`stadion.partner_standing`)."""

from dataclasses import dataclass

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.table import ServiceKey, made_table

ATHLETES = "STANDING#*"
PARTNERS = "PARTNER#*"


class StandingTable(Construct):
    """Without a stream: what changes here is told by accounts, in the same transaction, from its own table."""

    def __init__(self, scope: Construct, *, key: ServiceKey, environment: Environment) -> None:
        super().__init__(scope, "Standing")
        self.key = key
        self.table = made_table(self, name="standing", key=key, environment=environment)


@dataclass(frozen=True)
class Standing:
    """Of athletes or of partners, to be looked at; with `writes`, to be changed too."""

    table: StandingTable
    writes: bool = False
    whose: str = ATHLETES

    def lend(self, function: ServiceFunction) -> None:
        actions = ("dynamodb:GetItem", "dynamodb:UpdateItem") if self.writes else ("dynamodb:GetItem",)
        only_theirs = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [self.whose]}}
        function.allow(*actions, on=[self.table.table.table_arn], conditions=only_theirs)
        function.set_variable("STADION_STANDING_TABLE", self.table.table.table_name)
        self.table.key.let_use(function, via="dynamodb")
