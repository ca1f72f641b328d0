"""API Gateway asks who opens a WebSocket connection. A refusal (403) is the same whatever was wrong.

When the token cannot be checked just now, nothing is said of it: the function fails, and the client hears 500.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion import clock, snapshots
from stadion.errors import StadionError, UnavailableError
from stadion.observability import count, log, observed
from telemetry.live.socket import identity

snapshots.prepare()


@observed
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001
    arn = str(event["methodArn"])
    try:
        caller = identity.caller(event.get("headers") or {}, event.get("queryStringParameters") or {}, clock.now())
    except UnavailableError:
        count("LiveConnectFailed")
        raise
    except StadionError as error:
        count("LiveRefused")
        log("connection refused", code=error.code)
        return {"principalId": "nobody", "policyDocument": _policy("Deny", arn)}
    count("LiveConnected")
    log("connection allowed", by="link" if caller.link_id else "token")
    principal = caller.user_id or "link"
    return {"principalId": principal, "policyDocument": _policy("Allow", arn), "context": caller.context()}


def _policy(effect: str, arn: str) -> dict[str, Any]:
    statement = {"Action": "execute-api:Invoke", "Effect": effect, "Resource": arn}
    return {"Version": "2012-10-17", "Statement": [statement]}
