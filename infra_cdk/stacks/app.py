"""What an app is told at its start."""

from constructs import Construct

from infra_cdk.environments import Environment
from infra_cdk.parts.api import Auth, Route
from infra_cdk.parts.function import TableUse
from infra_cdk.stacks.base import ServiceStack

ROUTES = ("GET /v1/app/config", "GET /v1/words")
"""Asked before anybody signs in."""


class AppStack(ServiceStack):
    def __init__(self, scope: Construct, *, environment: Environment) -> None:
        super().__init__(scope, service="app", environment=environment)
        self.serve([Route(key, Auth.PUBLIC) for key in ROUTES], table=TableUse.READS)
        self.administer("/v1/admin/app")
