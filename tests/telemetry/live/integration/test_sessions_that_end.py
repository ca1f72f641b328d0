"""A connection lives two hours; a session that is over takes its connections with it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stadion import standing
from stadion.change import Change
from telemetry.live import connections
from tests.kit.events import entry
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event
from tests.telemetry.live.integration.world import Wire, deliver, say, start, watch

HANG_UP = connections.hang_up
"""The real one: the fixture of all tests puts another in its place."""
NOW = datetime.now(UTC)
BEFORE = str(int((NOW - timedelta(minutes=5)).timestamp()))
AFTER = str(int((NOW + timedelta(seconds=2)).timestamp()))
PHONE = {"signed_in": "phone", "issued_s": BEFORE}
WATCH = {"signed_in": "watch", "issued_s": BEFORE}


def come(telemetry: Service, connection: str, event_type: str = "CONNECT", **context: str) -> Any:
    who = {"user_id": ATHLETE, **context}
    about = {"eventType": event_type, "connectionId": connection, "requestId": "r-12345678", "authorizer": who}
    return telemetry.invoke("on_socket_message", {"requestContext": about})["statusCode"]


def end(session_id: str | None = None, user: str = ATHLETE) -> dict[str, Any]:
    """As accounts does it; the event that tells of it."""
    with Change(user, NOW) as change:
        if session_id is None:
            standing.end_sessions(user, NOW, change=change)
        else:
            standing.end_session(user, session_id, NOW + timedelta(hours=1), NOW, change=change)
    told = {"ended_at": NOW.isoformat(), "session_id": session_id}
    return entry("SessionsEnded", told, source="accounts", user=user)


def test_all_connections_of_ended_sessions_are_ended(telemetry: Service, wire: Wire) -> None:
    come(telemetry, "c-phone", **PHONE)
    come(telemetry, "c-watch", **WATCH)
    come(telemetry, "c-anew", signed_in="anew", issued_s=AFTER)
    come(telemetry, "c-other", user_id=OTHER, **PHONE)

    deliver(telemetry, "on_sessions_ended", end())

    assert wire.gone == {"c-phone", "c-watch"}


def test_one_session_takes_its_own_only(telemetry: Service, wire: Wire) -> None:
    come(telemetry, "c-phone", **PHONE)
    come(telemetry, "c-watch", **WATCH)

    told = end("phone")
    deliver(telemetry, "on_sessions_ended", told)
    deliver(telemetry, "on_sessions_ended", told)

    assert wire.gone == {"c-phone"}


def test_a_connection_that_could_not_be_ended_is_ended_when_the_event_comes_again(
    telemetry: Service, wire: Wire
) -> None:
    """It would hear where an athlete is for two hours."""
    come(telemetry, "c-phone", **PHONE)
    come(telemetry, "c-watch", **WATCH)
    wire.stuck = {"c-watch"}
    told = end()

    failed = telemetry.invoke("on_sessions_ended", sqs_event(told))["batchItemFailures"]
    wire.stuck = set()
    deliver(telemetry, "on_sessions_ended", told)

    assert len(failed) == 1
    assert wire.gone == {"c-phone", "c-watch"}


def test_who_left_is_not_looked_for(telemetry: Service, wire: Wire) -> None:
    come(telemetry, "c-phone", **PHONE)
    come(telemetry, "c-phone", "DISCONNECT", **PHONE)

    deliver(telemetry, "on_sessions_ended", end())

    assert wire.gone == set()


def test_a_session_that_ends_while_it_connects_is_not_let_in(telemetry: Service, wire: Wire) -> None:
    """Between the authorizer's look and the connection: the event found nobody yet."""
    deliver(telemetry, "on_sessions_ended", end())

    assert come(telemetry, "c-late", **PHONE) == 401
    assert not [item for item in telemetry.items() if item.get("kind", {}).get("S") == "live_socket"]


def test_a_message_of_an_ended_session_does_nothing_and_is_the_last(telemetry: Service, wire: Wire) -> None:
    """Before the event has come."""
    come(telemetry, "c-phone", **PHONE)
    end()

    say(telemetry, "c-phone", {"action": "state", "request_id": "s"}, **PHONE)

    (answer,) = wire.to("c-phone")
    assert (answer["status"], answer["code"], answer["request_id"]) == (401, "session_is_over", "s")
    assert wire.gone == {"c-phone"}


def test_a_followers_session_that_ended_watches_no_more(telemetry: Service, wire: Wire) -> None:
    start(telemetry)
    telemetry.call("PUT", f"/v1/live/followers/{OTHER}")
    come(telemetry, "c-follower", user_id=OTHER, **PHONE)
    watch(telemetry, "c-follower", **PHONE)

    deliver(telemetry, "on_sessions_ended", end(user=OTHER))

    assert wire.gone == {"c-follower"}


@pytest.mark.parametrize("context", [{}, {"link_id": "x", "athlete_id": ATHLETE, "session_id": "y"}])
def test_a_connection_without_a_session_of_its_own_is_nobodys(telemetry: Service, context: dict[str, str]) -> None:
    about = {"eventType": "CONNECT", "connectionId": "c-link", "requestId": "r-12345678", "authorizer": context}

    assert telemetry.invoke("on_socket_message", {"requestContext": about})["statusCode"] == 200
    assert not [item for item in telemetry.items() if item.get("kind", {}).get("S") == "live_socket"]


@pytest.mark.parametrize(("refusal", "left"), [("GoneException", set()), ("LimitExceededException", {"c-1"})])
def test_only_who_is_gone_counts_as_ended(monkeypatch: pytest.MonkeyPatch, refusal: str, left: set[str]) -> None:
    class Gateway:
        def delete_connection(self, ConnectionId: str) -> None:  # noqa: N803 - as API Gateway writes it
            raise ClientError({"Error": {"Code": refusal, "Message": ""}}, "DeleteConnection")

    monkeypatch.setattr(connections, "client", Gateway)

    assert HANG_UP(["c-1"]) == left
