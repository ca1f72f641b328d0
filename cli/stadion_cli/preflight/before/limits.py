"""3, 4: what the account may have at once, against what the templates ask for."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from stadion_cli.preflight.checks import Finding, failed, judged, passed, unknown, warned
from stadion_cli.preflight.world import World

ENOUGH: Final = 1_000
TOO_FEW: Final = 200
UNRESERVED: Final = 100
NEAR: Final = 0.8
CONCURRENCY: Final = ("lambda", "L-B99A9384")
SIGN_INS_A_SECOND: Final = 90
"""As many sign-ins and refreshes the platform lets through (`SIGN_IN` in infra_cdk/stacks/platform.py)."""


@dataclass(frozen=True)
class Quota:
    """By its code, or where AWS names none in its documents, by its name."""

    service: str
    name: str
    needed: Callable[[World], float]
    what: str
    code: str | None = None

    def fits(self, found: dict[str, Any]) -> bool:
        if self.code is not None:
            return bool(found["QuotaCode"] == self.code)
        return re.search(self.name, found["QuotaName"], re.IGNORECASE) is not None


def routes_of_the_largest(world: World) -> float:
    """Of all stacks together: most of them know the API by a parameter."""
    routes = Counter(
        world.assembly.filled(one.stack, "", world.region).value(one.properties["ApiId"])
        for one in world.assembly.resources("AWS::ApiGatewayV2::Route")
    )
    return max(routes.values(), default=0)


QUOTAS: Final = (
    Quota("apigateway", "HTTP API routes", routes_of_the_largest, "routes of the HTTP API", "L-65B5C802"),
    Quota("apigateway", "WebSocket connections", lambda _: 100, "new WebSocket connections a second", "L-9ED1E49A"),
    Quota("cognito-idp", r"UserAuthentication", lambda _: SIGN_INS_A_SECOND, "sign-ins a second"),
    Quota("cognito-idp", r"UserRead", lambda _: SIGN_INS_A_SECOND, "reads of users a second"),
    Quota("states", r"open (state machine )?executions|executions.*open", lambda _: 10_000, "open executions"),
)


def concurrency(world: World) -> Iterator[Finding]:
    found = world.client("lambda").get_account_settings()
    limit = int(found["AccountLimit"]["ConcurrentExecutions"])
    reserved = sum(
        int(one.properties.get("ReservedConcurrentExecutions", 0))
        for one in world.assembly.resources("AWS::Lambda::Function")
    )
    service, code = CONCURRENCY
    ask = _request(service, code, ENOUGH, world.region)
    seen = f"{limit} executions at once, of which the functions keep {reserved} for themselves"
    if limit < max(TOO_FEW, reserved + UNRESERVED):
        words = f"{seen}: Lambda keeps {UNRESERVED} for the rest, and would refuse the deploy"
        yield failed(words, ask, limit=limit, reserved=reserved)
    elif limit < ENOUGH:
        yield warned(f"{seen}: {ENOUGH} are wanted", ask, limit=limit, reserved=reserved)
    else:
        yield passed(seen, limit=limit, reserved=reserved)


def code_size(world: World) -> Iterator[Finding]:
    found = world.client("lambda").get_account_settings()
    limit, used = int(found["AccountLimit"]["TotalCodeSize"]), int(found["AccountUsage"]["TotalCodeSize"])
    free_gb = (limit - used) / 2**30
    yield judged(
        used < NEAR * limit,
        f"{free_gb:.0f} GB are free for code",
        f"only {free_gb:.0f} GB are free for code",
        "aws lambda list-functions, and delete old versions; or ask for more: L-2ACBD22F",
        free_bytes=limit - used,
    )


def quotas(world: World) -> Iterator[Finding]:
    asked: dict[str, list[dict[str, Any]]] = {}
    for quota in QUOTAS:
        if quota.service not in asked:
            pages = (
                world.client("service-quotas").get_paginator("list_service_quotas").paginate(ServiceCode=quota.service)
            )
            asked[quota.service] = [one for page in pages for one in page["Quotas"]]
        yield _compared(world, quota, next(filter(quota.fits, asked[quota.service]), None))


def _compared(world: World, quota: Quota, found: dict[str, Any] | None) -> Finding:
    needed = quota.needed(world)
    if found is None:
        look = f"aws service-quotas list-service-quotas --service-code {quota.service} --region {world.region}"
        return unknown(f"{quota.what}: Service Quotas lists no such quota", look)
    limit, code = float(found["Value"]), str(found["QuotaCode"])
    words = f"{quota.what}: {needed:g} of {limit:g}"
    ask = _request(quota.service, code, int(max(2 * needed, limit)), world.region)
    seen = {"needed": needed, "limit": limit, "quota_code": code}
    if needed > limit:
        return failed(words, ask, **seen)
    return warned(words, ask, **seen) if needed > NEAR * limit else passed(words, **seen)


def _request(service: str, code: str, wanted: int, region: str) -> str:
    return (
        f"aws service-quotas request-service-quota-increase --service-code {service} --quota-code {code} "
        f"--desired-value {wanted} --region {region}"
    )
