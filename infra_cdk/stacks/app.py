"""What an app is told at its start."""

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import Auth
from infra_cdk.parts.function import TableUse
from infra_cdk.stacks.base import ServiceStack


class AppStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="app", environment=environment)
        routes = [*self.under("/v1/app", auth=Auth.PUBLIC), *self.under("/v1/words", auth=Auth.PUBLIC)]
        self.serve(routes, table=TableUse.READS)
        self.administer("/v1/admin/app")
