"""Signed-in athletes of a deployed stack, over real HTTP: the demo's own, so that there is one client."""

from uuid import uuid4

from local.demo.client import PASSWORD, Athlete, Client
from tests.kit.stack import DeployedStack

USUAL = ("health_data", "location", "analytics")
"""What athletes of the tests agree to, unless a test is about those who do not."""
__all__ = ["PASSWORD", "USUAL", "Athlete", "agreeing", "door_of", "join", "stranger"]


def door_of(stack: DeployedStack) -> Client:
    return Client(api=stack.api, mail=f"{stack.aws.endpoint}/_ministack/ses/messages")


def join(stack: DeployedStack, name: str = "athlete") -> Athlete:
    """Registered, confirmed with the mailed code, signed in, and agreeing to what most do."""
    return agreeing(Athlete.register(door_of(stack), name))


def agreeing(athlete: Athlete) -> Athlete:
    athlete.agree(*USUAL)
    return athlete


def stranger(stack: DeployedStack) -> Athlete:
    """Somebody without a token."""
    return Athlete(door_of(stack), "stranger", f"stranger.{uuid4().hex[:8]}@example.org")
