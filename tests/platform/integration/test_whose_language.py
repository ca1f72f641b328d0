"""An app that names no language is answered in the athlete's own, in every service; looked up only for a text."""

from typing import Any

import pytest

from tests.kit.counting import counted
from tests.kit.events import entry
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event

ASKED = {
    "inventory": "/v1/gear/nothing",
    "notifications": "/v1/notifications?limit=0",
    "partners": "/v1/me/partner-links/nobody",
    "promos": "/v1/promos/nothing",
    "telemetry": "/v1/workouts/nothing/metrics",
    "workouts": "/v1/workouts/nothing",
    "gamification": "/v1/gamification/xp?limit=0",
}
"""Each is refused, with a text."""


@pytest.fixture(params=sorted(ASKED))
def service(request: pytest.FixtureRequest) -> Service:
    found: Service = request.getfixturevalue(request.param)
    return found


def told(service: Service, **fields: Any) -> None:
    data = {"revision": 7, "language": "ru", "time_zone": "Europe/Moscow", "changed": [], **fields}
    event = sqs_event(entry("ProfileUpdated", data, source="accounts", user=ATHLETE))
    assert service.invoke("on_account_events", event)["batchItemFailures"] == []


def title(service: Service, user: str | None = ATHLETE, **headers: str) -> str:
    path, _, query = ASKED[service.name].partition("?")
    method = "DELETE" if service.name == "partners" else "GET"
    asked = dict([query.split("=")]) if query else None
    answer = service.call(method, path, user=user, query=asked, **headers)
    assert answer.status in {404, 422}, answer.body
    return str(answer.body["title"])


def test_who_names_no_language_is_answered_in_their_own(service: Service) -> None:
    english = title(service)
    assert english.isascii()
    told(service)

    assert not title(service).isascii()
    assert title(service, accept_language="en") == english
    assert title(service, accept_language="de, fr;q=0.5") == title(service)  # none of ours is none
    assert title(service, user=OTHER) == english


def test_the_copy_is_read_for_a_text_alone(workouts: Service) -> None:
    told(workouts)
    with counted() as named:
        title(workouts, accept_language="en")
    with counted() as unnamed:
        title(workouts)

    assert len(unnamed) - len(named) == 1
