"""14, 15: what the rules let through, and whether an item of an outbox comes out of the bus."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

from infra_cdk.environments import ROOT
from infra_cdk.parts.subscriptions import NoSubscriptionError, subscriptions
from stadion_cli.base.listener import Wanted, listening
from stadion_cli.oncall.bus_store import Subscription
from stadion_cli.oncall.bus_store import subscriptions as rules_of
from stadion_cli.oncall.queues_store import RELAY_FAILURES
from stadion_cli.preflight.checks import Finding, failed, judged, passed
from stadion_cli.preflight.world import World

SAMPLE: Final = ".sample.json"
STRANGE: Final = "shop.example"
DETAIL_TYPE: Final = "PreflightLooked"
"""No rule but the archive's knows it."""
WITHIN_S: Final = 10.0
AT_ONCE: Final = 8


@dataclass(frozen=True)
class Sample:
    source: str
    detail_type: str
    event: dict[str, Any]


def samples() -> list[Sample]:
    return [_sample(path) for path in sorted((ROOT / "events").glob(f"*/*{SAMPLE}"))]


def _sample(path: Path) -> Sample:
    read = json.loads(path.read_text(encoding="utf-8"))
    return Sample(read["source"], read["detail-type"], read["detail"])


def rules(world: World) -> Iterator[Finding]:
    """Each against those it wants, one it does not, and one of a stranger; with --long against every sample."""
    found = rules_of(world.target)
    known = samples()
    asked = [(rule, one, _wants(rule, one)) for rule in found for one in _against(rule, known, long=world.wishes.long)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        answers = list(pool.map(lambda one: _matches(world, one[0], one[1]), asked))
    wrong = [
        f"{rule.name} {'lets through' if answer else 'keeps out'} {sample.source} {sample.detail_type}"
        for (rule, sample, wanted), answer in zip(asked, answers, strict=True)
        if answer is not wanted
    ]
    yield judged(
        bool(found) and not wrong,
        f"{len(found)} rules let through what their consumers listen to: {len(asked)} questions",
        "; ".join(wrong[:4]) or "the bus has no rule",
        "deploy the stack of the consumer; docs/decisions/0020-what-a-template-says.md",
    )


def consumers_are_on_the_bus(world: World) -> Iterator[Finding]:
    """As the sources say: a rule that is not there lets nothing through."""
    on_the_bus = {rule.name: set(rule.pattern.get("detail-type", [])) for rule in rules_of(world.target)}
    wanted = dict(_consumers())
    wrong = [name for name, types in wanted.items() if on_the_bus.get(name) != types]
    yield judged(
        not wrong,
        f"{len(wanted)} consumers have the rule that their source asks for",
        f"rules that are not as in the source: {', '.join(wrong[:5])}",
        "deploy what is in this folder",
    )


def _consumers() -> Iterator[tuple[str, set[str]]]:
    from infra_cdk.parts.entry_points import entry_points

    for one in entry_points(ROOT / "functions"):
        if one.module.startswith("on_"):
            with suppress(NoSubscriptionError):
                if types := set(subscriptions(ROOT / "functions" / one.path)):
                    yield one.name, types


def _against(rule: Subscription, known: list[Sample], *, long: bool) -> list[Sample]:
    if long:
        return [*known, *(Sample(STRANGE, one.detail_type, one.event) for one in known)]
    wanted = [one for one in known if _wants(rule, one)]
    other = next((one for one in known if not _wants(rule, one)), None)
    strange = [Sample(STRANGE, one.detail_type, one.event) for one in wanted[:1]]
    return [*wanted, *([other] if other else []), *strange]


def _wants(rule: Subscription, sample: Sample) -> bool:
    return sample.source.startswith("stadion.") and rule.wants(sample.detail_type, sample.source)


def _matches(world: World, rule: Subscription, sample: Sample) -> bool:
    event = {
        "id": str(uuid4()),
        "account": world.account,
        "region": world.region,
        "time": datetime.now(UTC).isoformat(),
        "resources": [],
        "source": sample.source,
        "detail-type": sample.detail_type,
        "detail": sample.event,
    }
    answer = world.client("events").test_event_pattern(EventPattern=json.dumps(rule.pattern), Event=json.dumps(event))
    return bool(answer["Result"])


# --- outboxes -----------------------------------------------------------------------------------------------------


def outboxes(world: World) -> Iterator[Finding]:
    """An item by hand in the outbox of each service: table, stream, relay, bus."""
    within = world.within(WITHIN_S)
    waiting = dict(world.outputs.tables())
    wanted = Wanted([DETAIL_TYPE], correlation=world.run.run_id)
    with listening(world.target, wanted, name=world.run.named("outboxes")) as listener:
        if not world.is_local:
            time.sleep(5)  # a rule takes a moment to hold
        for service, table in waiting.items():
            world.client("dynamodb").put_item(TableName=table, Item=outbox_item(service, world.run.run_id))
        deadline = time.monotonic() + within
        while waiting and time.monotonic() < deadline:
            for event in listener.read():
                waiting.pop(str(event["detail"]["data"]["service"]), None)
    tables = world.outputs.tables()
    yield judged(
        not waiting,
        f"what {len(tables)} outboxes held came out of the bus within {within:.0f} s",
        f"nothing came of the outbox of {', '.join(waiting)} within {within:.0f} s",
        "stadion logs on-outbox; aws lambda list-event-source-mappings --function-name stadion-platform-on-outbox",
        tables=sorted(tables),
    )


def outbox_item(service: str, run_id: str, padding: str = "") -> dict[str, Any]:
    """As `stadion.events.outbox` writes them."""
    event_id, now = f"{run_id}-{uuid4().hex[:12]}", datetime.now(UTC)
    detail = {
        "event_id": event_id,
        "occurred_at": now.isoformat().replace("+00:00", "Z"),
        "version": 1,
        "correlation_id": run_id,
        "user_id": run_id,
        "data": {"service": service, "padding": padding},
    }
    entry = {"source": f"stadion.{service}", "detail_type": DETAIL_TYPE, "detail": detail, "subject": {}}
    return {
        "pk": {"S": f"OUTBOX#{event_id}"},
        "sk": {"S": "OUTBOX"},
        "kind": {"S": "outbox"},
        "body": {"S": json.dumps(entry)},
        "expires_at": {"N": str(int(now.timestamp()) + 3600)},
    }


def relay_failures(world: World) -> Iterator[Finding]:
    sqs = world.client("sqs")
    url = sqs.get_queue_url(QueueName=RELAY_FAILURES)["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])["Attributes"]
    waiting = int(found["ApproximateNumberOfMessages"])
    if waiting:
        yield failed(f"{waiting} notes wait in {RELAY_FAILURES}", "stadion events republish SERVICE --from 2h --aws")
    else:
        yield passed(f"{RELAY_FAILURES} is empty")
