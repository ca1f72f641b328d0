"""Cognito's trigger before it makes tokens: access tokens are for our API, and for nothing of Cognito's own.

Without `aws.cognito.signin.user.admin` a token opens none of the calls by which a user changes or deletes itself past
us (UpdateUserAttributes, DeleteUser, ChangePassword …). It imports nothing: Cognito waits five seconds at most.
"""

from typing import Any, Final

ATHLETE: Final = "stadion/athlete"
"""What every route of an athlete wants."""
COGNITOS_OWN: Final = "aws.cognito.signin.user.admin"
PROVED: Final = "CONFIRMED"


class NotProvedError(Exception):
    """The user has not set a password after showing that the address is theirs."""


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001
    """Of version 2, for every sign-in and every refresh. An exception refuses the tokens."""
    if event["request"]["userAttributes"].get("cognito:user_status") != PROVED:
        raise NotProvedError("this user has not proved the address")
    access = {"scopesToAdd": [ATHLETE], "scopesToSuppress": [COGNITOS_OWN]}
    event["response"] = {"claimsAndScopeOverrideDetails": {"accessTokenGeneration": access}}
    return event
