"""11: what an account has once, whoever uses it: API Gateway's log role, and somebody who watches the money."""

from collections.abc import Iterator
from typing import Final

from stadion_cli.preflight.checks import Finding, failed, judged, passed, warned
from stadion_cli.preflight.world import World

PRODUCT: Final = "stadion"
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
    """AWS lets an account have one monitor of its services, and makes one by itself with the first look at costs."""
    found = world.client("ce").get_anomaly_monitors()["AnomalyMonitors"]
    names = [str(one["MonitorName"]) for one in found]
    foreign = [one for one in found if one.get("MonitorDimension") == "SERVICE" and one["MonitorName"] != PRODUCT]
    if foreign and foreign[0]["MonitorArn"] != world.environment.anomaly_monitor:
        yield failed(
            f"the account has a monitor of its services, {foreign[0]['MonitorName']}, and may have no second one",
            f"export STADION_ANOMALY_MONITOR={foreign[0]['MonitorArn']}",
        )
    elif names:
        yield passed(f"anomalies of cost are looked for: {', '.join(names[:3])}", monitors=names)
    else:
        yield warned(
            "nobody looks for anomalies of cost", f"deploy stadion-platform, which has them looked for ({HOW_TO})"
        )
