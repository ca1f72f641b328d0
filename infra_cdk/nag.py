"""cdk-nag's AwsSolutions rules over the app, and how a construct says why it departs from one."""

from aws_cdk import Acknowledgment, App, CfnElement, Stack, Validations
from cdk_nag import AwsSolutionsChecks
from constructs import Construct


def add_nag(app: App) -> None:
    """A finding that no construct has accounted for fails the synth."""
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))


def accept(construct: Construct, rule: str, reason: str) -> None:
    """Depart from a rule, such as `S1`, or from one finding of it, such as `IAM5[Resource::…]`."""
    Validations.of(construct).acknowledge(Acknowledgment(id=f"AwsSolutions::AwsSolutions-{rule}", reason=reason))


def logical_id(construct: Construct) -> str:
    """Of the construct's resource: how a finding names it."""
    resource: CfnElement = construct.node.default_child  # type: ignore[assignment]
    return Stack.of(construct).get_logical_id(resource)
