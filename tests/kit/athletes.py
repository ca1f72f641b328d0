"""Signed-in athletes of a deployed stack, over real HTTP: the demo's own, so that there is one client."""

from uuid import uuid4

from local.demo.client import PASSWORD, Athlete, Client
from tests.kit.stack import DeployedStack

__all__ = ["PASSWORD", "Athlete", "door_of", "join", "stranger"]


def door_of(stack: DeployedStack) -> Client:
    return Client(api=stack.api, mail=f"{stack.aws.endpoint}/_ministack/ses/messages")


def join(stack: DeployedStack, name: str = "athlete") -> Athlete:
    """Registered, confirmed with the mailed code, and signed in."""
    return Athlete.register(door_of(stack), name)


def stranger(stack: DeployedStack) -> Athlete:
    """Somebody without a token."""
    return Athlete(door_of(stack), "stranger", f"stranger.{uuid4().hex[:8]}@example.org")
