"""API keys at API Gateway. It alone keeps their values; a key without a usage plan opens nothing."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from partners.domain import ApiKey
from partners.errors import PlanNotFoundError
from partners.settings import PartnerSettings
from stadion.clients import SLOW, Client
from stadion.partner_http import BETWEEN
from stadion.settings import load

if TYPE_CHECKING:
    from mypy_boto3_apigateway import APIGatewayClient

SECRET_BYTES = 24
GONE = "NotFoundException"


client: "Client[APIGatewayClient]" = Client("apigateway", patience=SLOW)


def plan_id(plan: str) -> str:
    found = load(PartnerSettings).partner_plans.get(plan)
    if found is None:
        raise PlanNotFoundError(plan=plan)
    return found


def make(partner_id: str, plan: str, now: datetime) -> tuple[ApiKey, str]:
    """The key and its value, which begins with the partner's id (see `stadion.partner_http`) and is kept nowhere."""
    plan = plan_id(plan)
    value = partner_id + BETWEEN + secrets.token_hex(SECRET_BYTES)
    key_id = client().create_api_key(name=f"stadion-{partner_id}", enabled=True, value=value)["id"]
    try:
        _link(key_id, plan)
    except Exception:
        remove(key_id)
        raise
    return ApiKey(key_id=key_id, created_at=now), value


def open_up(key_id: str, plan: str) -> None:
    """Back into its plan; it may be there already."""
    with _unless_answered("ConflictException"):
        _link(key_id, plan_id(plan))


def shut(key_id: str, plan: str) -> None:
    """Out of its plan; it may be out already."""
    with _unless_answered(GONE):
        client().delete_usage_plan_key(usagePlanId=plan_id(plan), keyId=key_id)


def remove(key_id: str) -> None:
    with _unless_answered(GONE):
        client().delete_api_key(apiKey=key_id)


@contextmanager
def _unless_answered(code: str) -> Iterator[None]:
    """What this answer says is as good as done."""
    from botocore.exceptions import ClientError

    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != code:
            raise


def _link(key_id: str, plan: str) -> None:
    client().create_usage_plan_key(usagePlanId=plan, keyId=key_id, keyType="API_KEY")
