"""20: what the partner API's gateway says by itself, and whether it serves what was deployed."""

import time
from collections.abc import Iterator
from typing import Any, Final

from stadion_cli.preflight.checks import Finding, failed, judged, passed, skipped
from stadion_cli.preflight.queues import seen_within
from stadion_cli.preflight.world import World

CODE: Final = "/partner/v1/codes/PREFLIGHT%20{}"
PROBLEMS: Final = "PROBLEMS in infra_cdk/parts/partner_api.py"
KEY_WITHIN_S: Final = 60.0
TRIAL: Final = 25
PACE_S: Final = 0.25
STAGE: Final = "live"


def keys(world: World) -> Iterator[Finding]:
    path = CODE.format(world.run.run_id)
    without = _asked(world, path, "nonsense")
    yield judged(
        without.status_code == 403 and _code(without) == "api_key_is_invalid",
        "without a key: 403, as a problem",
        f"without a key: {without.status_code} {without.text[:120]}",
        PROBLEMS,
    )
    partner = world.people.partner
    first = seen_within(world.within(KEY_WITHIN_S), lambda: _not_403(_asked(world, path, partner.key)), every_s=2)
    if first is None:
        yield failed(
            f"a fresh key opened nothing for {KEY_WITHIN_S:.0f} s", "wait a minute (M12); stadion partner show"
        )
        return
    yield passed("a fresh key opens")
    yield judged(
        first.status_code == 404 and _code(first) != "route_not_found",
        "a code typed with a space is looked up, and unknown",
        f"a code typed with a space: {first.status_code} {first.text[:120]}",
        "as_http_event in layers/shared/python/stadion/partner_http.py (R6)",
    )


def plan(world: World) -> Iterator[Finding]:
    """Counted without the requests before: the gateway's own counter is the judge."""
    path, codes = CODE.format(world.run.run_id), []
    for _ in range(TRIAL + 3):
        answer = _asked(world, path, world.people.partner.key)
        codes.append((answer.status_code, _code(answer)))
        if codes[-1] == (429, "quota_is_used_up"):
            break
        time.sleep(PACE_S)
    yield judged(
        codes[-1] == (429, "quota_is_used_up"),
        "the trial plan ends at its 25 requests, with a problem",
        f"after {len(codes)} requests the trial plan still answered {codes[-1]}",
        f"usage plans count within minutes, not at once [exp]; {PROBLEMS}",
    )


def deployment(world: World) -> Iterator[Finding]:
    """A stage serves a snapshot: it must be younger than the newest method (D4)."""
    client, api = world.client("apigateway"), world.outputs.require("PartnerApiId")
    stage = client.get_stage(restApiId=api, stageName=STAGE)
    made = client.get_deployment(restApiId=api, deploymentId=stage["deploymentId"])["createdDate"]
    pages = world.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName="stadion-partners")
    found = [one for page in pages for one in page["StackResourceSummaries"]]
    parts = [
        one for one in found if one["ResourceType"] in {"AWS::ApiGateway::Method", "AWS::ApiGateway::GatewayResponse"}
    ]
    if not parts or any("LastUpdatedTimestamp" not in one for one in parts) or world.is_local:
        yield skipped("the emulator keeps no times of resources")
        return
    newest = max(one["LastUpdatedTimestamp"] for one in parts)
    yield judged(
        made >= newest,
        "the stage serves a deployment younger than its newest method",
        f"the stage serves a deployment of {made}, and a method is of {newest}",
        f"aws apigateway create-deployment --rest-api-id {api} --stage-name {STAGE}",
    )


def _asked(world: World, path: str, key: str) -> Any:
    return world.http.get(world.partner_api + path, headers={"x-api-key": key})


def _not_403(answer: Any) -> Any | None:
    return None if answer.status_code == 403 else answer


def _code(answer: Any) -> str:
    try:
        return str(answer.json().get("code", ""))
    except ValueError:
        return ""
