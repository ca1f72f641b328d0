"""24: how long functions take to start, from the lines that Lambda itself writes."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from infra_cdk.parts.entry_points import entry_points
from stadion_cli.preflight.checks import Finding, failed, passed, skipped, warned
from stadion_cli.preflight.world import World

LOOK_BACK: Final = timedelta(hours=24)
WAITED_FOR_MS: Final = 1_000
OTHERS_MS: Final = 5_000
STARTED: Final = re.compile(r"(?:Init|Restore) Duration: ([0-9.]+) ms")
PATTERN: Final = '?"Init Duration" ?"Restore Duration" ?"platform.report"'
GROUP: Final = "/aws/lambda/"
MOST_PAGES: Final = 20


def starts(world: World) -> Iterator[Finding]:
    found = {name: sorted(times) for name, times in _durations(world).items()}
    if not found:
        yield (
            skipped("Lambda wrote of no start in a day: call something, and look again")
            if world.is_local
            else warned("Lambda wrote of no start in a day", "stadion preflight --aws --only 16,17,24")
        )
        return
    if not world.environment.platform_lines:
        yield skipped("functions that nobody waits for write no such lines here: dev shows them")
    waited_for = {one.name for one in entry_points(world.environment.functions) if one.starts_from_snapshot}
    slow = [
        (name, p95(times))
        for name, times in found.items()
        if p95(times) > (WAITED_FOR_MS if name in waited_for else OTHERS_MS)
    ]
    worst = sorted(found, key=lambda name: -p95(found[name]))[:3]
    told = ", ".join(f"{name.removeprefix('stadion-')} {p95(found[name]) / 1000:.1f} s" for name in worst)
    words = f"{len(found)} functions started; the slowest by p95: {told}"
    seen = {name: {"starts": len(times), "p95_ms": p95(times)} for name, times in found.items()}
    if waited := [name for name, _ in slow if name in waited_for]:
        yield failed(
            f"{words}; people wait for {', '.join(waited)}", "docs/proof/cold-starts.md; priming (M1)", functions=seen
        )
    elif slow:
        yield warned(words, "docs/proof/cold-starts.md", functions=seen)
    else:
        yield passed(words, functions=seen)


def p95(ordered: list[float]) -> float:
    return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]


def _durations(world: World) -> dict[str, list[float]]:
    found: dict[str, list[float]] = defaultdict(list)
    since = int((datetime.now(UTC) - LOOK_BACK).timestamp() * 1000)
    groups = world.client("logs").get_paginator("describe_log_groups").paginate(logGroupNamePrefix=f"{GROUP}stadion-")
    for group in (one["logGroupName"] for page in groups for one in page["logGroups"]):
        for number, page in enumerate(_lines(world, group, since)):
            for event in page["events"]:
                if (took := started_in(event["message"])) is not None:
                    found[group.removeprefix(GROUP)].append(took)
            if number >= MOST_PAGES:
                break
    return found


def _lines(world: World, group: str, since: int) -> Iterator[dict[str, Any]]:
    asked = {"logGroupName": group, "startTime": since, "filterPattern": PATTERN}
    yield from world.client("logs").get_paginator("filter_log_events").paginate(**asked)


def started_in(line: str) -> float | None:
    """Milliseconds, of a line of text or of JSON; None for a function that was warm."""
    if line.startswith("{"):
        try:
            metrics = json.loads(line).get("record", {}).get("metrics", {})
        except ValueError:
            return None
        took = metrics.get("initDurationMs") or metrics.get("restoreDurationMs")
        return float(took) if took is not None else None
    match = STARTED.search(line)
    return float(match[1]) if match else None
