"""Sessions: what ends them, at once and for good. Refresh tokens are tried on the deployed stack: moto has none."""

from datetime import timedelta
from typing import Any

import pytest

from accounts import store
from accounts.sign_in import identity, service
from accounts.sign_in.domain import Session
from stadion import clock, standing
from stadion.change import Change
from tests.accounts.moto import ANNA, code_to, letters_to
from tests.kit.clock import Clock
from tests.kit.services import Answer, Service, http_event

ADDRESS = ANNA["email"].lower()
NEW = "herons-fish-at-noon"


@pytest.fixture
def revoked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The refresh tokens that were revoked: moto knows no such call."""
    found: list[str] = []
    monkeypatch.setattr(identity, "revoke", found.append)
    return found


def with_token(accounts: Service, session: Session, path: str = "/v1/me") -> int:
    """What the API answers to the access token, as its authorizer passes it on."""
    accounts.enter()
    event = http_event("GET", path, None, user=session.user_id)
    event["requestContext"]["authorizer"]["jwt"]["claims"] = {name: str(told) for name, told in session.claims.items()}
    return accounts._ask("api", event).status


def signed_in(password: str = ANNA["password"]) -> Session:
    return identity.sign_in(ADDRESS, password)


def ask(accounts: Service, what: str, **body: Any) -> Answer:
    return accounts.call("POST", f"/v1/auth/{what}", body, user=None)


def ended(accounts: Service) -> list[dict[str, Any]]:
    return [one["detail"]["data"] for one in accounts.published("SessionsEnded")]


def test_a_reset_ends_every_session_and_tells_the_owner(accounts: Service, anna: str) -> None:
    thief = signed_in()
    assert with_token(accounts, thief) == 200
    ask(accounts, "forgot-password", email=ADDRESS)
    code = code_to(ADDRESS)

    assert ask(accounts, "reset-password", email=ADDRESS, code=code, new_password=NEW).status == 204

    assert with_token(accounts, thief) == 401
    assert [one["session_id"] for one in ended(accounts)] == [None]
    assert letters_to(ADDRESS)[-1].subject == "Ваш пароль изменён"
    assert ask(accounts, "reset-password", email=ADDRESS, code=code, new_password="again-and-again").status == 400


def test_a_change_ends_every_other_session_and_goes_on_here(accounts: Service, anna: str, revoked: list[str]) -> None:
    here, there = signed_in(), signed_in()
    wanted = {"current_password": ANNA["password"], "new_password": NEW}

    changed = accounts.call("PUT", "/v1/me/password", wanted, user=anna)

    assert changed.status == 200, changed.body
    assert (with_token(accounts, here), with_token(accounts, there)) == (401, 401)
    assert with_token(accounts, Session(changed.body["access_token"], "", 900)) == 200
    assert len(revoked) == 1, "the session that only showed the password"
    assert letters_to(ADDRESS)[-1].subject == "Ваш пароль изменён"


def test_a_change_that_could_not_end_the_sessions_is_none(
    accounts: Service, anna: str, revoked: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the password is another one, the thief's session lives on, and nobody can ask for the change again."""
    thief = signed_in()
    wanted = {"current_password": ANNA["password"], "new_password": NEW}
    with monkeypatch.context() as broken:
        broken.setattr(identity, "revoke_all", crash)
        assert accounts.call("PUT", "/v1/me/password", wanted, user=anna).status == 500

    assert accounts.call("PUT", "/v1/me/password", wanted, user=anna).status == 200
    assert with_token(accounts, thief) == 401


def test_a_sign_in_in_the_second_of_an_end_is_good_in_the_next_one(accounts: Service, anna: str) -> None:
    """Tokens tell seconds: those of before and after the end look the same, so both are over."""
    before = signed_in()
    accounts.enter()
    service.end_sessions(anna)

    after = ask(accounts, "sign-in", email=ADDRESS, password=ANNA["password"])

    assert after.status == 200
    assert with_token(accounts, Session(after.body["access_token"], "", 900)) == 200
    assert with_token(accounts, before) == 401


def test_a_thief_whose_sign_in_began_before_the_reset_gets_no_token_that_lives(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """His password was right when Cognito looked at it; the reset came before the answer."""
    real = identity.sign_in

    def slow(email: str, password: str) -> Session:
        session = real(email, password)
        monkeypatch.setattr(identity, "sign_in", real)
        accounts.enter()
        identity.set_password(anna, NEW)
        service.end_sessions(anna)
        return session

    monkeypatch.setattr(identity, "sign_in", slow)

    answer = ask(accounts, "sign-in", email=ADDRESS, password=ANNA["password"])

    assert (answer.status, answer.body["code"]) == (401, "sign_in_failed")


def test_signing_out_on_one_device_ends_its_session_alone(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch, revoked: list[str]
) -> None:
    phone, watch = signed_in(), signed_in()
    rotated = Session(phone.access_token, "rotated", 900)
    monkeypatch.setattr(identity, "refresh", lambda _: rotated)
    if rotated.session_id is None:  # moto's tokens have none
        monkeypatch.setattr(Session, "session_id", "session-of-the-phone")

    assert ask(accounts, "sign-out", refresh_token="old").status == 204

    assert revoked == ["rotated", "old"]
    [event] = ended(accounts)
    accounts.enter()
    assert standing.is_over(anna, {**phone.claims, "origin_jti": event["session_id"]})
    assert not standing.is_over(anna, {**watch.claims, "origin_jti": "session-of-the-watch"})


def test_signing_out_everywhere_closes_the_door_at_once(accounts: Service, anna: str) -> None:
    phone, watch = signed_in(), signed_in()

    assert accounts.call("POST", "/v1/auth/sign-out-everywhere", user=anna).status == 204

    assert (with_token(accounts, phone), with_token(accounts, watch)) == (401, 401)


def test_a_reset_that_somebody_interrupts_goes_on_with_the_same_code(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(accounts, "forgot-password", email=ADDRESS)
    reset = {"email": ADDRESS, "code": code_to(ADDRESS), "new_password": NEW}
    with monkeypatch.context() as broken:
        broken.setattr(identity, "revoke_all", crash)
        assert ask(accounts, "reset-password", **reset).status == 500

    assert ask(accounts, "reset-password", **reset).status == 204
    assert len(ended(accounts)) == 1


def test_a_reset_and_another_end_at_once_are_both_written(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both write the athlete's one item: who comes second looks again."""
    real, came = standing.end_sessions, []

    def overtaken(user_id: str, now: Any, *, change: Change) -> None:
        real(user_id, now, change=change)
        if not came:
            came.append(user_id)
            with Change(user_id, now) as other:
                standing.end_session(user_id, "other", now + timedelta(minutes=15), now, change=other)

    monkeypatch.setattr(standing, "end_sessions", overtaken)
    accounts.enter()

    service.end_sessions(anna)

    assert standing.of(anna).ended_s is not None
    assert "other" in standing.of(anna).ended_sessions


def test_a_code_of_a_reset_is_worth_nothing_once_the_address_is_not_the_athletes_any_more(
    accounts: Service, anna: str
) -> None:
    """Whoever reads the old mailbox may be why she moved."""
    ask(accounts, "forgot-password", email=ADDRESS)
    code = code_to(ADDRESS)
    accounts.enter()
    identity.set_email(anna, "anna@example.com")
    with Change(anna, clock.now()) as change:
        store.move(change, anna, "anna@example.com")

    refused = ask(accounts, "reset-password", email=ADDRESS, code=code, new_password=NEW)

    assert (refused.status, refused.body["code"]) == (400, "code_is_wrong")
    assert ask(accounts, "sign-in", email="anna@example.com", password=ANNA["password"]).status == 200


def test_the_code_of_a_reset_lives_for_an_hour(accounts: Service, anna: str, standing_clock: Clock) -> None:
    ask(accounts, "forgot-password", email=ADDRESS)
    standing_clock.advance(minutes=61)

    late = ask(accounts, "reset-password", email=ADDRESS, code=code_to(ADDRESS), new_password=NEW)

    assert late.body["code"] == "code_is_wrong"


def crash(*_: Any) -> None:
    raise RuntimeError("gone")


def test_nothing_is_open_to_a_token_of_another_use(accounts: Service, anna: str) -> None:
    session = signed_in()
    accounts.enter()

    assert standing.is_over(anna, session.claims) is False
    assert session.ends_at > clock.now()
