"""The look that counts, and what happens when it cannot."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from stadion import rates, standing
from stadion.change import Change
from stadion.errors import SessionOverError
from tests.kit.clock import Clock
from tests.kit.counting import counted
from tests.kit.services import ATHLETE, OTHER, STANDING_TABLE, Answer, Service

PATH = "/v1/workouts"
KEY = {"pk": {"S": f"STANDING#{ATHLETE}"}, "sk": {"S": "STANDING"}}


@pytest.fixture(autouse=True)
def clock(standing_clock: Clock) -> Clock:
    return standing_clock


def brake(most: int | None, clock: Clock) -> None:
    with Change(ATHLETE, clock.now()) as change:
        standing.brake(ATHLETE, most, change=change)


def item() -> dict[str, Any]:
    found = boto3.client("dynamodb").get_item(TableName=STANDING_TABLE, Key=KEY)
    return found.get("Item", {})


def slots() -> list[str]:
    return [name for name in item() if name.startswith(rates.PREFIX)]


def fails_with(monkeypatch: pytest.MonkeyPatch, code: str, *, times: int = 1_000) -> None:
    """Writes to the standing table, the first of them."""
    straight: Callable[..., Any] = BaseClient._make_api_call  # type: ignore[attr-defined]
    left = [times]

    def called(client: Any, operation: str, arguments: dict[str, Any]) -> Any:
        if operation == "UpdateItem" and arguments["TableName"] == STANDING_TABLE and left[0] > 0:
            left[0] -= 1
            raise ClientError({"Error": {"Code": code, "Message": "as told"}}, operation)
        return straight(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", called)


def codes(answers: list[Answer]) -> list[int]:
    return [answer.status for answer in answers]


def test_an_athlete_beyond_the_limit_waits_as_long_as_is_said_and_is_served(workouts: Service, clock: Clock) -> None:
    brake(3, clock)
    answers = [workouts.call("GET", PATH) for _ in range(4)]
    refused = answers[-1]

    assert codes(answers) == [200, 200, 200, 429]
    assert refused.body["code"] == "too_many_requests"
    assert [answer.headers["RateLimit"] for answer in answers] == [f'"athlete";r={left};t=70' for left in (2, 1, 0, 0)]
    assert {answer.headers["RateLimit-Policy"] for answer in answers} == {'"athlete";q=3;w=60'}
    clock.advance(seconds=int(refused.headers["Retry-After"]))
    assert workouts.call("GET", PATH).status == 200


def test_one_athletes_refusals_are_nobody_elses(workouts: Service, clock: Clock) -> None:
    brake(1, clock)

    assert [workouts.call("GET", PATH, user=user).status for user in (ATHLETE, OTHER, ATHLETE, OTHER)] == [
        200,
        200,
        429,
        200,
    ]


def test_without_a_limit_of_their_own_everybody_has_six_hundred_a_minute(workouts: Service) -> None:
    assert workouts.call("GET", PATH).headers["RateLimit"] == '"athlete";r=599;t=70'
    assert workouts.call("GET", PATH).headers["RateLimit-Policy"] == '"athlete";q=600;w=60'


def test_whatever_is_answered_says_what_is_left(workouts: Service) -> None:
    assert workouts.call("POST", PATH, {"nothing": "known"}).headers["RateLimit"] == '"athlete";r=599;t=70'
    assert workouts.call("GET", f"{PATH}/{ATHLETE}").headers["RateLimit"] == '"athlete";r=598;t=70'


def test_a_public_route_counts_nothing(accounts: Service) -> None:
    answer = accounts.call("POST", "/v1/auth/refresh", {"refresh_token": "none"}, user=None)

    assert "RateLimit" not in answer.headers
    assert item() == {}


def test_counting_is_one_request_and_leaves_the_revision_alone(workouts: Service, clock: Clock) -> None:
    brake(100, clock)
    revision = item()["revision"]

    with counted() as operations:
        workouts.call("GET", f"{PATH}/{ATHLETE}")

    assert operations[0] == "UpdateItem"
    assert "GetItem" not in operations[:1]
    assert item()["revision"] == revision
    brake(None, clock)
    assert "most_per_minute" not in item()


def test_sessions_of_who_never_asked_for_anything_end_as_well_as_of_who_did(workouts: Service, clock: Clock) -> None:
    workouts.call("GET", PATH)
    with Change(ATHLETE, clock.now()) as change:
        standing.end_sessions(ATHLETE, clock.now(), change=change)

    assert standing.of(ATHLETE).ended_s is not None
    assert slots()


def test_slots_that_left_the_window_go_with_the_next_request(workouts: Service, clock: Clock) -> None:
    for _ in range(30):
        workouts.call("GET", PATH)
        clock.advance(seconds=10)

    assert len(slots()) == rates.SLOTS


def test_what_absences_leave_behind_stays_few(workouts: Service, clock: Clock) -> None:
    for _ in range(3 * rates.MOST_STALE):
        workouts.call("GET", PATH)
        clock.advance(minutes=10)

    assert len(slots()) <= rates.MOST_STALE + 2


@pytest.mark.parametrize("code", ["TransactionConflictException", "InternalServerError", "AccessDeniedException"])
def test_who_cannot_be_counted_is_served(workouts: Service, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    fails_with(monkeypatch, code)
    answer = workouts.call("GET", PATH)

    assert answer.status == 200
    assert "RateLimit" not in answer.headers


def test_a_look_that_meets_the_end_of_sessions_looks_again(workouts: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(monkeypatch, "TransactionConflictException", times=2)

    assert workouts.call("GET", PATH).headers["RateLimit"] == '"athlete";r=599;t=70'


def test_who_cannot_be_counted_and_is_suspended_is_refused(
    workouts: Service, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Change(ATHLETE, clock.now()) as change:
        standing.suspend(ATHLETE, "abuse", change=change)
    fails_with(monkeypatch, "InternalServerError")

    assert workouts.call("GET", PATH).body["code"] == "account_is_suspended"


def test_more_than_dynamodb_takes_for_one_item_is_too_many(workouts: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    fails_with(monkeypatch, "ProvisionedThroughputExceededException")
    answer = workouts.call("GET", PATH)

    assert (answer.status, answer.headers["Retry-After"]) == (429, "1")


def test_hammering_costs_a_write_a_second_at_most(workouts: Service, clock: Clock) -> None:
    """Else it keeps the item so busy that a thief's sessions cannot be ended."""
    brake(1, clock)
    for _ in range(2):
        workouts.call("GET", PATH)

    with counted() as operations:
        refused = [workouts.call("GET", PATH) for _ in range(20)]
    assert (set(codes(refused)), operations) == ({429}, [])
    clock.advance(seconds=1)
    with counted() as operations:
        workouts.call("GET", PATH)
    assert operations == ["UpdateItem"]


def claims(clock: Clock, session_id: str) -> dict[str, str]:
    issued_s = str(int(clock.now().timestamp()))
    return {"sub": ATHLETE, "token_use": "access", "iat": issued_s, "origin_jti": session_id}


def test_a_dead_token_in_a_loop_uses_up_nothing_of_whom_it_was(workouts: Service, clock: Clock) -> None:
    brake(5, clock)
    thief, owner = claims(clock, "stolen"), claims(clock, "own")
    with Change(ATHLETE, clock.now()) as change:
        standing.end_session(ATHLETE, "stolen", clock.advance(minutes=15), clock.now(), change=change)

    for _ in range(20):
        with pytest.raises(SessionOverError):
            standing.admit(thief)

    rate = standing.admit(owner)
    assert rate is not None
    assert rate.left == 3  # the first of the twenty was counted


def test_what_ends_everybody_elses_sessions_is_served_however_much_they_ask(accounts: Service, clock: Clock) -> None:
    brake(1, clock)

    assert [accounts.call("GET", "/v1/me").status for _ in range(3)][1:] == [429, 429]

    assert accounts.call("POST", "/v1/auth/sign-out-everywhere").status != 429
    assert accounts.call("PUT", "/v1/me/password", {}).status == 422
