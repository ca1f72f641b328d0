"""The partner API's HTTP face: a REST API with keys and usage plans, and the same routes and problems as everywhere.

A service that partners call has an entry point `on_partner_request.py`, attached in the partners' stack.
"""

import base64
import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.utilities.typing import LambdaContext

from stadion import clock, partner_standing
from stadion.errors import UnauthenticatedError
from stadion.events.partners import PartnerAbility
from stadion.http import Api, lambda_handler
from stadion.i18n import Text

F = TypeVar("F", bound=Callable[..., Any])
BETWEEN = "-"
"""Between the partner's id and the secret part of a key."""


class InvalidApiKeyError(UnauthenticatedError):
    code = "api_key_required"
    title = Text(en="API key required", ru="Нужен ключ API")
    explanation = Text(en="Send your API key as x-api-key.", ru="Передайте ключ API в заголовке x-api-key.")


def needs(*abilities: PartnerAbility) -> Callable[[F], F]:
    """Below the decorator of a route: only partners with one of these abilities get in."""

    def decorate(function: F) -> F:
        vars(function)["abilities"] = abilities
        return function

    return decorate


def abilities_of(function: Callable[..., Any]) -> tuple[PartnerAbility, ...]:
    """Of a route; a route that names none asks for none."""
    found: tuple[PartnerAbility, ...] = vars(function).get("abilities", ())
    return found


class PartnerApi(Api):
    """Routes behind the REST API, every method of which requires a key (a test over the templates wants that)."""

    @staticmethod
    def _compile_regex(rule: str, base_regex: str = "^{}$") -> re.Pattern[str]:
        """What stands between slashes is whatever people paste: Powertools takes no dash but the hyphen, and no space
        but the plain one, and answers that there is no such route."""
        return re.compile(base_regex.format(re.sub(r"<(\w+)>", r"(?P<\1>[^/]+)", rule)))

    @property
    def partner_id(self) -> str:
        """Whose key it is that API Gateway checked, which is not always what a header says. It knows the whole key, and
        only our admin function makes keys, beginning with the partner's id: so the beginning is true."""
        return self._caller[0]

    @property
    def _caller(self) -> tuple[str, str]:
        """The partner, and the id of its key."""
        checked = self.event.raw_event["requestContext"].get("apiKey") or {}
        partner_id, between, secret = str(checked.get("value") or "").rpartition(BETWEEN)
        if not (partner_id and between and secret and checked.get("id")):
            raise InvalidApiKeyError
        return partner_id, str(checked["id"])

    def _check_standing(self, api: Api, next_middleware: Callable[[Api], Response[Any]]) -> Response[Any]:
        """Key, standing and ability, before anything that was sent is looked at: one write to the partner's item, which
        counts the request."""
        abilities = abilities_of(api.context["_route"].func)
        self.note_rate(partner_standing.admit(*self._caller, abilities, clock.now()))
        return next_middleware(api)

    @property
    def raw_body(self) -> bytes:
        """The bytes that were sent, which a signature is of."""
        raw: bytes = self.event.raw_event["requestContext"]["rawBody"]
        return raw


def partner_handler(api: PartnerApi) -> Callable[[dict[str, Any], LambdaContext], dict[str, Any]]:
    """The entry point of a service's part of the partner API."""
    handle = lambda_handler(api)

    def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        return _as_rest(handle(as_http_event(event), context))

    return handler


def as_http_event(event: dict[str, Any]) -> dict[str, Any]:
    """Payload 1.0 (REST API) as payload 2.0 (HTTP API): headers in lower case, repeated values joined."""
    context = event["requestContext"]
    path = _decoded(event["path"])
    query = event.get("multiValueQueryStringParameters") or {}
    headers = {name.lower(): ",".join(values) for name, values in (event.get("multiValueHeaders") or {}).items()}
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": urlencode(query, doseq=True),
        "queryStringParameters": {name: ",".join(values) for name, values in query.items()} or None,
        "headers": headers,
        "requestContext": {
            "requestId": context["requestId"],
            "stage": "$default",
            "http": {
                "method": event["httpMethod"],
                "path": path,
                "protocol": context.get("protocol", ""),
                "sourceIp": (context.get("identity") or {}).get("sourceIp", ""),
            },
            "rawBody": _bytes_of(event),
            "apiKey": _key_of(context),
        },
        "body": event.get("body"),
        "isBase64Encoded": event.get("isBase64Encoded", False),
    }


def _decoded(path: str) -> str:
    """A REST API's path comes as it was sent. A slash inside of what stands between two of them is no third one."""
    return "/".join(unquote(part).replace("/", "%2F") for part in path.split("/"))


def _key_of(context: dict[str, Any]) -> dict[str, Any]:
    """Of `requestContext.identity`, which API Gateway writes and no client."""
    identity = context.get("identity") or {}
    return {"id": identity.get("apiKeyId"), "value": identity.get("apiKey")}


def _bytes_of(event: dict[str, Any]) -> bytes:
    body = event.get("body") or ""
    return base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()


def _as_rest(answer: dict[str, Any]) -> dict[str, Any]:
    """Payload 1.0 has no `cookies`."""
    return {name: value for name, value in answer.items() if name != "cookies"}
