"""SNS: a token whose endpoint was disabled is refused.

Trap: the endpoint is answered, whatever its attributes. AWS answers one only if it is as it was asked for; one that it
disabled, since the phone did not take a push, is another: `InvalidParameter`, with its ARN in the message.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from ministack.services import sns

from local.patches.guard import pin


def apply() -> None:
    pin(sns._create_platform_endpoint, "04f14c3aa597")
    sns._create_platform_endpoint = _as_asked_for(sns._create_platform_endpoint)


def _as_asked_for(create: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(create)
    def mended(params: Any) -> Any:
        application, token = sns._p(params, "PlatformApplicationArn"), sns._p(params, "Token")
        for known in sns._platform_endpoints.values():
            if (known["application_arn"], known["attributes"].get("Token")) != (application, token):
                continue
            if known["attributes"].get("Enabled", "true").lower() == "false":
                words = f"Endpoint {known['arn']} already exists with the same Token, but different attributes."
                return sns._error("InvalidParameter", f"Invalid parameter: Token Reason: {words}", 400)
        return create(params)

    return mended
