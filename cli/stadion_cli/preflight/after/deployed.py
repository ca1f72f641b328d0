"""12: the stacks, the versions behind `live`, the mappings, the logs."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from stadion_cli.preflight.checks import Finding, failed, judged, passed, skipped, unknown, warned
from stadion_cli.preflight.world import World

WELL: Final = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
MOVING: Final = frozenset({"DETECTION_IN_PROGRESS"})
DRIFT_WITHIN_S: Final = 600.0
LIVE: Final = "live"
NO_PROBLEM: Final = ("No records processed", "OK", "", "NoRecords")
METRICS_AT_ONCE: Final = 100
LOOK_BACK: Final = timedelta(hours=24)


def stacks(world: World) -> Iterator[Finding]:
    pages = world.client("cloudformation").get_paginator("describe_stacks").paginate()
    states = {one["StackName"]: one["StackStatus"] for page in pages for one in page["Stacks"]}
    ours = {name: state for name, state in states.items() if name.startswith("stadion-")}
    bad = {name: state for name, state in ours.items() if state not in WELL}
    yield judged(
        bool(ours) and not bad,
        f"{len(ours)} stacks are complete",
        ", ".join(f"{name} is {state}" for name, state in bad.items()) or "no stack stadion-… is there",
        "docs/how-to/first-day-on-aws.md#after-a-failed-first-create",
        stacks=ours,
    )


def drift(world: World) -> Iterator[Finding]:
    """What somebody changed by hand: the next deployment would not know."""
    client = world.client("cloudformation")
    drifted, open_ = [], {stack: _detection(client, stack) for stack in world.outputs.by_stack}
    deadline = time.monotonic() + DRIFT_WITHIN_S
    while open_ and time.monotonic() < deadline:
        for stack, detection in list(open_.items()):
            found = client.describe_stack_drift_detection_status(StackDriftDetectionId=detection)
            if found["DetectionStatus"] in MOVING:
                continue
            del open_[stack]
            if found.get("StackDriftStatus") == "DRIFTED":
                drifted.append(f"{stack} ({found.get('DriftedStackResourceCount', '?')})")
        time.sleep(1 if open_ else 0)
    if open_:
        yield unknown(
            f"CloudFormation is still looking for drift in {', '.join(open_)}", "stadion preflight --aws --only 12"
        )
    elif drifted:
        yield warned(
            f"changed by hand: {', '.join(drifted)}", "aws cloudformation describe-stack-resource-drifts --stack-name …"
        )
    else:
        yield passed("nothing was changed by hand")


def _detection(client: Any, stack: str) -> str:
    return str(client.detect_stack_drift(StackName=stack)["StackDriftDetectionId"])


def _functions(world: World) -> list[dict[str, Any]]:
    pages = world.client("lambda").get_paginator("list_functions").paginate()
    return [one for page in pages for one in page["Functions"] if one["FunctionName"].startswith("stadion-")]


def live_versions(world: World) -> Iterator[Finding]:
    if not world.environment.snap_start:
        yield skipped("this environment has no SnapStart, and no alias live")
        return
    client, bad, well = world.client("lambda"), [], 0
    for name in (one["FunctionName"] for one in _functions(world)):
        aliases = {one["Name"] for one in client.list_aliases(FunctionName=name)["Aliases"]}
        if LIVE not in aliases:
            continue
        found = client.get_function_configuration(FunctionName=name, Qualifier=LIVE)
        snapshot = found.get("SnapStart", {})
        without = snapshot.get("ApplyOn") == "PublishedVersions" and snapshot.get("OptimizationStatus") != "On"
        if found.get("State", "Active") == "Active" and not without:
            well += 1
        else:
            bad.append(
                f"{name}: {found.get('State')}, SnapStart {'off' if without else 'on'}; {found.get('StateReason', '')}"
            )
    yield judged(
        bool(well) and not bad,
        f"{well} aliases live point to an active version, with its snapshot where it wants one",
        "; ".join(bad[:4]) or "no function has an alias live",
        "aws lambda get-function-configuration --qualifier live --function-name …; deploy again",
    )


def mappings(world: World) -> Iterator[Finding]:
    pages = world.client("lambda").get_paginator("list_event_source_mappings").paginate()
    found = [one for page in pages for one in page["EventSourceMappings"] if ":stadion-" in one["FunctionArn"]]
    bad = [
        f"{one['FunctionArn'].rpartition(':')[2]}: {one['State']}, {one.get('LastProcessingResult', '')}"
        for one in found
        if one["State"] != "Enabled" or _is_problem(str(one.get("LastProcessingResult", "")))
    ]
    yield judged(
        bool(found) and not bad,
        f"{len(found)} mappings are enabled, none says it has a problem",
        "; ".join(bad[:4]) or "no queue or stream is mapped to a function",
        "aws lambda update-event-source-mapping --enabled --uuid …; stadion logs",
        mappings=len(found),
    )


def _is_problem(said: str) -> bool:
    return said.startswith("PROBLEM")


def log_streams(world: World) -> Iterator[Finding]:
    """A function that was called and wrote nothing may not write."""
    logs = world.client("logs")
    silent = [
        name
        for name in (one["FunctionName"] for one in _functions(world))
        if not logs.describe_log_streams(logGroupName=f"/aws/lambda/{name}", limit=1)["logStreams"]
    ]
    called = _called(world, silent)
    if mute := sorted(name for name in silent if called.get(name)):
        yield failed(f"called, and without a line: {', '.join(mute[:5])}", "its role may not write to its log group")
    else:
        yield passed(f"every function that was called writes a log; {len(silent)} were not called yet", silent=silent)


def _called(world: World, names: list[str]) -> dict[str, float]:
    """How often each was called within a day."""
    found: dict[str, float] = {}
    now = datetime.now(UTC)
    for start in range(0, len(names), METRICS_AT_ONCE):
        part = names[start : start + METRICS_AT_ONCE]
        answer = world.client("cloudwatch").get_metric_data(
            StartTime=now - LOOK_BACK,
            EndTime=now,
            MetricDataQueries=[_invocations(f"m{number}", name) for number, name in enumerate(part)],
        )
        found |= {part[int(one["Id"][1:])]: sum(one["Values"]) for one in answer["MetricDataResults"]}
    return found


def _invocations(query: str, name: str) -> dict[str, Any]:
    metric = {
        "Namespace": "AWS/Lambda",
        "MetricName": "Invocations",
        "Dimensions": [{"Name": "FunctionName", "Value": name}],
    }
    return {"Id": query, "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Sum"}}
