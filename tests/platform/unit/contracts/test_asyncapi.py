"""The document of the WebSocket says what the service says, and its story tells of every message."""

import json
import re
from typing import Any

from jsonschema_rs import meta

from local.contracts import asyncapi
from local.paths import ROOT
from telemetry.live.messages import ClientMessage, ServerMessage

DOCUMENT: dict[str, Any] = json.loads((ROOT / "contracts" / "asyncapi.json").read_text(encoding="utf-8"))
STORY = (ROOT / "docs" / "live-protocol.md").read_text(encoding="utf-8")


def test_every_message_has_words_and_a_valid_schema() -> None:
    for message in DOCUMENT["components"]["messages"].values():
        assert message["summary"]
        assert not message["summary"].endswith(("Message", "Answer"))
        meta.validate({**message["payload"], "components": DOCUMENT["components"]})


def test_every_reference_leads_somewhere() -> None:
    for reference in set(re.findall(r'"#/([^"]+)"', json.dumps(DOCUMENT))):
        found: Any = DOCUMENT
        for step in reference.split("/"):
            found = found[step]


def test_everything_that_can_be_said_is_an_operation() -> None:
    sent = {name.removeprefix("send.") for name in asyncapi.kinds(ClientMessage)}
    assert set(asyncapi.ANSWERS) == sent
    told = {
        reference["$ref"].rpartition("/")[2]
        for operation in DOCUMENT["operations"].values()
        for reference in [*operation["messages"], *operation.get("reply", {}).get("messages", [])]
    }
    assert told == {*asyncapi.kinds(ClientMessage), *asyncapi.kinds(ServerMessage)}


def test_the_story_tells_of_every_message_and_every_field_of_a_batch() -> None:
    from telemetry.live.sessions.batches import COLUMNS

    names = [name.partition(".")[2] for name in DOCUMENT["components"]["messages"]]
    assert [name for name in [*names, *COLUMNS] if f"`{name}`" not in STORY] == []


def test_the_limits_in_the_story_are_those_of_the_code() -> None:
    from telemetry.live import values
    from telemetry.live.audience import domain as audience
    from telemetry.live.audience import permission_service
    from telemetry.live.sessions import domain

    for limit in (
        f"{values.MAX_SAMPLES} samples",
        f"{values.MAX_MINUTES} different minutes",
        f"{values.MAX_IN_MINUTE:,}".replace(",", " ") + " a minute",
        f"({values.MAX_LATER} after the {values.DENSE_HOURS}th hour)",
        f"{domain.LATE_FOR.days} days",
        f"{audience.PLACES_OF_LINK} connections by each link",
        f"{audience.PLACES_OF_FOLLOWER} by each follower",
        f"{audience.PLACES_OF_FOLLOWERS} by all followers",
        f"{permission_service.MAX_FOLLOWERS} followers",
        f"{permission_service.MAX_LINKS} links",
    ):
        assert limit in STORY, limit
