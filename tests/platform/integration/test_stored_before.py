"""What the code of an earlier day stored is read by this one, field for field: `tests/recorded/set/stored.json`."""

import json
import re
from datetime import datetime
from importlib import import_module
from typing import Any

import boto3
import pytest

from stadion import copies
from stadion.events.accounts import ConsentChanged
from stadion.events.envelope import Envelope
from tests.kit.clock import Clock
from tests.kit.services import Service, create_standing_table, create_table
from tests.recorded import stored

SERVED = (
    (r"/v1/workouts/[^/]+/(streams|metrics).*|/v1/metrics/.*|/v1/live/.*", "telemetry"),
    (r"/v1/workouts.*", "workouts"),
    (r"/v1/me.*", "accounts"),
    (r"/v1/gear.*", "inventory"),
    (r"/v1/gamification/.*", "gamification"),
    (r"/v1/notifications.*", "notifications"),
    (r"/v1/promos.*", "promos"),
)
CONSENTS = "/v1/me/consents"
TAKEN = json.loads(stored.FILE.read_text(encoding="utf-8"))


WORDED: list[tuple[Any, Any]] = [
    (None, "Morning run"),
    (None, "Afternoon ride"),
    ("bike", "Bike"),
    (
        "Your fastest 50k so far, and more in the same workout.",
        "Your fastest so far: 50k, and more in the same workout.",
    ),
]
"""What the same is called then and now."""


def service_of(path: str) -> str:
    return next(service for pattern, service in SERVED if re.fullmatch(pattern, path))


@pytest.fixture
def then(moto: pytest.MonkeyPatch, standing_clock: Clock) -> pytest.MonkeyPatch:
    """The tables as they were, and the clock."""
    create_standing_table()
    for table in TAKEN["items"]:
        create_table(table)
        for item in stored.items_of(TAKEN, table):
            boto3.client("dynamodb").put_item(TableName=table, Item=item)
    standing_clock.set(datetime.fromisoformat(TAKEN["at"]))
    for service in ("telemetry", "workouts"):
        Service(service, moto).enter()
        replay_consents(service)
    return moto


def replay_consents(service: str) -> None:
    """What is replayed from the archive with this code: these two did not listen, and unknown is not granted."""
    heads = import_module({"telemetry": "telemetry.athletes.store", "workouts": "workouts.store"}[service]).HEADS
    for item in TAKEN["items"]["stadion-accounts"]:
        if item["kind"]["S"] == "consent":
            changed = ConsentChanged.model_validate_json(item["body"]["S"])
            envelope = Envelope.of(changed, user_id=TAKEN["user_id"], correlation_id="replay")
            copies.keep(heads.at(TAKEN["user_id"]), envelope, changed.changed_at)


def test_every_service_stored_something() -> None:
    kept = {table.removeprefix("stadion-") for table, items in TAKEN["items"].items() if items}

    assert kept >= {service for _, service in SERVED}


def test_what_was_stored_is_answered_as_it_was(then: pytest.MonkeyPatch) -> None:
    answers: dict[str, Any] = {}
    for path in TAKEN["answers"]:
        plain, _, query = path.partition("?")
        asked = dict(pair.split("=") for pair in query.split("&")) if query else None
        answer = Service(service_of(path), then).call("GET", plain, user=TAKEN["user_id"], query=asked)
        answers[path] = stored.as_kept(answer.status, answer.body)

    before = TAKEN["answers"] | {CONSENTS: [200, without_partners(TAKEN["answers"][CONSENTS][1])]}
    assert {path: of_before(answer, before[path]) for path, answer in answers.items()} == before


def without_partners(consents: dict[str, Any]) -> dict[str, Any]:
    """`purchases` named no partner then, and what was granted to no partner counts for nobody."""
    nothing = {"granted": False, "text_version": None, "changed_at": None}
    items = [one | nothing if one["kind"] == "purchases" else one for one in consents["items"]]
    return consents | {"items": items}


def of_before(now: Any, then: Any) -> Any:
    """Without the fields that answers have gained since."""
    if isinstance(now, dict) and isinstance(then, dict):
        return {
            name: then[name] if (then[name], value) in WORDED else of_before(value, then[name])
            for name, value in now.items()
            if name in then
        }
    if isinstance(now, list) and isinstance(then, list) and len(now) == len(then):
        return [of_before(one, other) for one, other in zip(now, then, strict=True)]
    return now
