"""How an athlete stands, as every API asks it before anything else."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from stadion import standing
from stadion.change import Change
from stadion.retry import WriteConflictError
from tests.kit.functions import handler_of
from tests.kit.services import ATHLETE, OTHER, Answer, Context, Service, answer_of, http_event

NOW = datetime(2026, 11, 30, 9, 30, 15, 400_000, UTC)
AN_HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def somewhere(workouts: Service) -> Service:
    """A service whose changes others' writes join."""
    return workouts


def changed(do: Callable[[Change], None], now: datetime = NOW) -> None:
    with Change(ATHLETE, now) as change:
        do(change)


def end_all(now: datetime = NOW) -> None:
    changed(lambda change: standing.end_sessions(ATHLETE, now, change=change), now)


def end_one(session_id: str, until: datetime, now: datetime = NOW) -> None:
    changed(lambda change: standing.end_session(ATHLETE, session_id, until, now, change=change), now)


def token(issued_at: datetime, session_id: str = "one", **more: Any) -> dict[str, Any]:
    """As API Gateway passes claims on: in texts."""
    return {
        "sub": ATHLETE,
        "token_use": "access",
        "iat": str(int(issued_at.timestamp())),
        "origin_jti": session_id,
        **more,
    }


def ask(claims: dict[str, Any], method: str = "GET", path: str = "/v1/workouts", body: Any = None) -> Answer:
    event = http_event(method, path, body, user=ATHLETE)
    event["requestContext"]["authorizer"]["jwt"]["claims"] = claims
    return answer_of(handler_of("workouts", "api")(event, Context()))


def test_tokens_that_were_issued_until_the_end_are_over_and_later_ones_are_not() -> None:
    end_all()

    assert ask(token(NOW - AN_HOUR)).status == 401
    assert ask(token(NOW)).body["code"] == "session_is_over"
    assert ask(token(NOW + timedelta(seconds=1))).status == 200
    assert ask(token(NOW - AN_HOUR, sub=OTHER)).status == 200


def test_an_older_end_takes_nothing_back() -> None:
    end_all()
    end_all(NOW - AN_HOUR)

    assert ask(token(NOW)).status == 401


def test_one_session_ends_alone() -> None:
    end_one("lost phone", NOW + AN_HOUR)

    assert ask(token(NOW, "lost phone")).status == 401
    assert ask(token(NOW, "watch")).status == 200


def test_a_token_without_a_session_is_of_none_that_ended() -> None:
    end_one("lost phone", NOW + AN_HOUR)
    claims = token(NOW)
    del claims["origin_jti"]

    assert ask(claims).status == 200


def test_sessions_are_forgotten_when_their_last_token_has_expired() -> None:
    end_one("first", NOW + timedelta(minutes=15))
    end_one("second", NOW + AN_HOUR, NOW + timedelta(minutes=20))

    assert set(standing.of(ATHLETE).ended_sessions) == {"second"}


def test_the_item_stays_small_whoever_signs_in_and_out_all_the_time() -> None:
    """Else a thief with the password fills it, and the owner's reset cannot be written; each request reads it, too."""
    for n in range(standing.MOST_ENDED + 1):
        end_one(f"session {n}", NOW + AN_HOUR)

    assert len(standing.of(ATHLETE).ended_sessions) <= standing.MOST_ENDED
    assert {ask(token(NOW, f"session {n}")).status for n in (0, 50, standing.MOST_ENDED)} == {401}
    assert ask(token(NOW + timedelta(seconds=1), "anew")).status == 200


def test_who_is_suspended_is_served_nothing_until_they_are_not() -> None:
    changed(lambda change: standing.suspend(ATHLETE, "abuse", change=change))
    refused = ask(token(NOW))
    changed(lambda change: standing.reinstate(ATHLETE, change=change))

    assert (refused.status, refused.body["code"]) == (403, "account_is_suspended")
    assert "abuse" not in json.dumps(refused.body)
    assert ask(token(NOW)).status == 200


def test_an_end_and_a_suspension_at_once_are_both_kept() -> None:
    """Of two that read the same one is told to try again."""
    slow = Change(ATHLETE, NOW)
    standing.end_sessions(ATHLETE, NOW, change=slow)
    changed(lambda change: standing.suspend(ATHLETE, "abuse", change=change))
    with pytest.raises(WriteConflictError):
        slow.commit()
    end_all()

    kept = standing.of(ATHLETE)
    assert (kept.suspended_for, kept.ended_s) == ("abuse", int(NOW.timestamp()))


def test_it_is_looked_at_before_what_was_sent() -> None:
    end_all()

    answer = ask(token(NOW), "POST", "/v1/workouts", {"nothing": "known"})

    assert (answer.status, answer.body["code"]) == (401, "session_is_over")


@pytest.mark.parametrize("wrong", [{"token_use": "id"}, {"sub": ""}])
def test_another_token_is_none(wrong: dict[str, str]) -> None:
    assert ask(token(NOW, **wrong)).body["code"] == "access_token_required"
