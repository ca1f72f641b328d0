"""11: what an account has once, whoever uses it: API Gateway's log role, and somebody who watches the money."""

from collections.abc import Iterator
from typing import Final

from stadion_cli.preflight.checks import Finding, judged, passed, warned
from stadion_cli.preflight.world import World

HOW_TO: Final = "docs/how-to/first-day-on-aws.md#money"


def log_role(world: World) -> Iterator[Finding]:
    """The platform's stack sets it, and with it every other API's of the region."""
    role = world.client("apigateway").get_account().get("cloudwatchRoleArn", "")
    if not role:
        yield passed("API Gateway has no log role yet: the platform brings one")
        return
    yield judged(
        ":role/stadion-" in role,
        "API Gateway's log role is ours",
        f"API Gateway logs by {role}: the platform would put its own in that place",
        "use an account of its own, or access_logs=False in infra_cdk/environments.py",
        role=role,
    )


def budget(world: World) -> Iterator[Finding]:
    pages = world.client("budgets").get_paginator("describe_budgets").paginate(AccountId=world.account)
    names = [str(one["BudgetName"]) for page in pages for one in page.get("Budgets", [])]
    if names:
        yield passed(f"a budget watches: {', '.join(names[:3])}", budgets=names)
    else:
        yield warned(
            "no budget watches what this account costs", f"deploy stadion-platform, which makes one ({HOW_TO})"
        )


def anomalies(world: World) -> Iterator[Finding]:
    found = world.client("ce").get_anomaly_monitors()["AnomalyMonitors"]
    names = [str(one["MonitorName"]) for one in found]
    if names:
        yield passed(f"anomalies of cost are looked for: {', '.join(names[:3])}", monitors=names)
    else:
        yield warned("nobody looks for anomalies of cost", HOW_TO)
