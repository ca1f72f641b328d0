"""What only the edge can say to the functions: a secret that it sends with each request (`stadion.edge`)."""

from dataclasses import dataclass
from typing import Final

from aws_cdk import Aws, CfnCondition, Fn, Token
from aws_cdk.aws_secretsmanager import CfnSecret, Secret, SecretStringGenerator
from constructs import Construct

from infra_cdk.environments import Environment, removal_policy
from infra_cdk.nag import accept
from infra_cdk.parts.function import ServiceFunction
from infra_cdk.parts.table import KnownKey, ServiceKey

SECRET_NAME: Final = "stadion/platform/edge"  # noqa: S105 - its name
EDGE_REGION: Final = "us-east-1"


class EdgeSecret(Construct):
    """Made here and copied to where the edge is, so that no template and no person knows it."""

    def __init__(self, scope: Construct, *, key: ServiceKey, environment: Environment) -> None:
        super().__init__(scope, "EdgeSecret")
        self.secret = Secret(
            self,
            "Secret",
            secret_name=SECRET_NAME,
            generate_secret_string=SecretStringGenerator(exclude_punctuation=True, password_length=48),
            encryption_key=key,
            removal_policy=removal_policy(environment),
        )
        accept(self.secret, "SMG4", "rotated by a deployment of the edge: docs/how-to/edge.md")
        elsewhere = CfnCondition(
            self, "Elsewhere", expression=Fn.condition_not(Fn.condition_equals(Aws.REGION, EDGE_REGION))
        )
        made = self.secret.node.default_child
        assert isinstance(made, CfnSecret)  # noqa: S101 - for the type checker
        made.replica_regions = Token.as_any(
            Fn.condition_if(elsewhere.logical_id, [{"Region": EDGE_REGION}], {"Ref": "AWS::NoValue"})
        )


@dataclass(frozen=True)
class BehindTheEdge:
    """Answers nobody who did not come through the edge."""

    secret_arn: str | None
    key: KnownKey

    def lend(self, function: ServiceFunction) -> None:
        if self.secret_arn is None:
            return
        function.allow("secretsmanager:GetSecretValue", on=[self.secret_arn])
        function.set_variable("STADION_EDGE_SECRET", self.secret_arn)
        self.key.let_use(function, via="secretsmanager")
