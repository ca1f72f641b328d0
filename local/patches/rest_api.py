"""REST API (API Gateway v1): the function is told whose key was checked.

Trap: `requestContext.identity` has the caller's address and nothing of the key that the gateway has just compared. AWS
says `apiKey` and `apiKeyId` there for a method that requires one, whatever the headers say by the time a function reads
them.
"""

from functools import wraps
from typing import Any

from ministack.services import apigateway_v1

from local.patches.guard import pin


def apply() -> None:
    pin(apigateway_v1._check_api_key, "e7df68848ea1")
    pin(apigateway_v1._build_lambda_event_v1, "c7ac97b91f6e")
    pin(apigateway_v1._invoke_lambda_proxy_v1, "5651a96fa7ba")
    build = apigateway_v1._build_lambda_event_v1

    @wraps(build)
    def mended(*arguments: Any, **named: Any) -> Any:
        event = build(*arguments, **named)
        event["requestContext"]["identity"].update(_checked(event["headers"]))
        return event

    apigateway_v1._build_lambda_event_v1 = mended


def _checked(headers: dict[str, str]) -> dict[str, str]:
    """As `_check_api_key` finds it, which has refused the request if there is none."""
    key = apigateway_v1._resolve_api_key(apigateway_v1._api_key_from_request(headers))
    return {"apiKey": key["value"], "apiKeyId": key["id"]} if key else {}
