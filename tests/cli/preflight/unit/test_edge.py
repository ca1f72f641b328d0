"""The edge lies in us-east-1, wherever the rest is: what comes after the deploy is asked through it."""

from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import Aws
from stadion_cli.base.target import AwsAccount
from tests.cli.preflight.worlds import OUTPUTS, deployed, world_of

GATEWAY = OUTPUTS["stadion-platform"]["ApiUrl"]


@dataclass(frozen=True)
class Elsewhere(Aws):
    """Of the account the stacks of one region, each `(name, state)`."""

    stacks: tuple[tuple[str, str, str], ...] = ()

    def client(self, service: str, **config: Any) -> Any:
        here = {name: state for region, name, state in self.stacks if region == config.get("region_name", self.region)}

        class CloudFormation:
            def describe_stacks(self, *, StackName: str) -> dict[str, Any]:  # noqa: N803
                if StackName not in here:
                    told = {"Code": "ValidationError", "Message": f"Stack with id {StackName} does not exist"}
                    raise ClientError({"Error": told}, "DescribeStacks")
                return {"Stacks": [{"StackName": StackName, "StackStatus": here[StackName]}]}

        return CloudFormation()


@pytest.mark.parametrize(
    ("stacks", "address"),
    [
        ((("us-east-1", "stadion-edge", "CREATE_COMPLETE"),), "https://api.trail.run"),
        ((("us-east-1", "stadion-edge", "REVIEW_IN_PROGRESS"),), GATEWAY),
        ((("eu-central-1", "stadion-edge", "CREATE_COMPLETE"),), GATEWAY),
        ((), GATEWAY),
    ],
)
def test_apps_are_played_through_the_edge_where_there_is_one(
    stacks: tuple[tuple[str, str, str], ...], address: str
) -> None:
    world = deployed({})
    del world.has_edge
    world.aws = Elsewhere("https://aws.example", "eu-central-1", stacks)

    assert world.api == address


def test_a_laptop_has_none() -> None:
    world = world_of({})
    world.is_local = True

    assert not world.has_edge


def test_a_client_of_an_account_may_be_of_another_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-central-1")

    assert AwsAccount("an account").client("cloudformation", region_name="us-east-1").meta.region_name == "us-east-1"
