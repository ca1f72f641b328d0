"""19: SES's simulator: a mail that arrives, one that bounces, one that is complained about."""

import json
from collections.abc import Iterator
from typing import Any, Final

from stadion_cli.preflight.after.alarms import topic_of
from stadion_cli.preflight.checks import Finding, failed, judged, passed, skipped
from stadion_cli.preflight.queues import seen_within, subscribed
from stadion_cli.preflight.world import World

SIMULATOR: Final = "simulator.amazonses.com"
EXPECTED: Final = {"success": "Delivery", "bounce": "Bounce", "complaint": "Complaint"}
TOPIC: Final = ":stadion-mail-events"
DEAD: Final = "stadion-notifications-dispatch-on-mail-events-dlq"
WITHIN_S: Final = 120.0
SET: Final = "stadion"


def simulator(world: World) -> Iterator[Finding]:
    if world.is_local:
        yield skipped("the emulator has no simulator of mailboxes, and tells nobody what became of a mail")
        return
    waiting = dict(EXPECTED)
    with subscribed(world, topic_of(world, TOPIC), "mail") as queue:
        for who in EXPECTED:
            _send(world, who)

        def all_heard() -> bool | None:
            for body in queue.read():
                event = _event(body)
                name = event.get("eventType") or event.get("notificationType")
                address = str(event.get("mail", {}).get("destination", [""])[0])
                if EXPECTED.get(address.partition("+")[0].partition("@")[0]) == name:
                    waiting.pop(address.partition("+")[0].partition("@")[0], None)
            return True if not waiting else None

        seen_within(WITHIN_S, all_heard, every_s=0)
    yield judged(
        not waiting,
        "SES told of a delivery, a bounce and a complaint",
        f"nothing was heard of {', '.join(f'{who}@' for who in waiting)} within {WITHIN_S:.0f} s",
        "the configuration set's destination, and the policy of stadion-mail-events: infra_cdk/parts/mail.py",
    )


def no_dead_letters(world: World) -> Iterator[Finding]:
    """SES's first words to a topic are no JSON (R4)."""
    sqs = world.client("sqs")
    found = sqs.get_queue_attributes(QueueUrl=sqs.get_queue_url(QueueName=DEAD)["QueueUrl"], AttributeNames=["All"])
    waiting = int(found["Attributes"]["ApproximateNumberOfMessages"])
    if waiting:
        yield failed(f"{waiting} dead letters of mails", "stadion dlq show on-mail-events --aws")
    else:
        yield passed("no word of SES became a dead letter")


def _send(world: World, who: str) -> None:
    world.client("sesv2").send_email(
        FromEmailAddress=f"Stadion <hello@{world.environment.mail_domain}>",
        Destination={"ToAddresses": [f"{who}+{world.run.run_id}@{SIMULATOR}"]},
        Content={"Simple": {"Subject": {"Data": "Preflight"}, "Body": {"Text": {"Data": world.run.run_id}}}},
        ConfigurationSetName=SET,
    )


def _event(body: dict[str, Any]) -> dict[str, Any]:
    try:
        found = json.loads(body.get("Message", "{}"))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
