"""Sign-in on the deployed stack: Cognito, its trigger, the mails and text messages as they leave."""

import base64
import json
import threading
from typing import Any
from uuid import uuid4

import pytest

from local.demo.client import PASSWORD, Athlete, Client
from tests.kit.cognito import DIRECT, OF_TOKENS, ClosedPool, pool_of, refusal
from tests.kit.stack import DeployedStack, mails_to

NEW = "herons-fish-at-noon"
ROUNDS = 6


@pytest.fixture(scope="module")
def pool(stack: DeployedStack) -> ClosedPool:
    return pool_of(stack)


@pytest.fixture
def other_device(anna: Athlete) -> Athlete:
    """Anna's, signed in beside the first one."""
    device = Athlete(anna.door, anna.name, anna.email, user_id=anna.user_id)
    device.sign_in()
    return device


def is_out(device: Athlete) -> bool:
    """Neither of its tokens opens anything."""
    by_access = device.answer("GET", "/v1/me")
    by_refresh = device.door.answer("POST", "/v1/auth/refresh", {"refresh_token": device.refresh_token})
    return (by_access.status_code, by_refresh.status_code) == (401, 401)


def claims_of(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


@pytest.mark.smoke
def test_a_token_is_for_our_api_alone_and_lives_for_a_quarter_of_an_hour(anna: Athlete) -> None:
    claims = claims_of(anna.access_token)

    assert claims["scope"] == "stadion/athlete"
    assert claims["exp"] - claims["iat"] == 900


def test_whoever_registered_first_wins_no_race_for_the_account(door: Client, pool: ClosedPool) -> None:
    """Finding H1: 17 of 24 races. He asks Cognito itself, past our counters, with the client's secret at that."""
    wins = 0
    for _ in range(ROUNDS):
        email = f"victim.{uuid4().hex[:8]}@example.org"
        door.call("POST", "/v1/auth/register", {"email": email, "password": "a-password-of-the-thief"})
        owner = {"email": email, "password": PASSWORD}
        code = door.code_for(email)
        over, won = threading.Event(), threading.Event()
        thieves = [threading.Thread(target=keep_trying, args=(pool, email, over, won)) for _ in range(2)]
        for thief in thieves:
            thief.start()
        door.call("POST", "/v1/auth/confirm", {**owner, "code": code})
        over.set()
        for thief in thieves:
            thief.join()
        wins += won.is_set()
        assert door.call("POST", "/v1/auth/sign-in", owner)["access_token"]

    assert wins == 0


def keep_trying(pool: ClosedPool, email: str, over: threading.Event, won: threading.Event) -> None:
    while not over.is_set():
        try:
            pool.sign_in(email, "a-password-of-the-thief")
        except (pool.aws.cognito.exceptions.ClientError, KeyError):
            continue
        won.set()


@pytest.mark.smoke
def test_a_reset_ends_the_sessions_of_whoever_had_the_password(anna: Athlete, other_device: Athlete) -> None:
    door = anna.door
    door.call("POST", "/v1/auth/forgot-password", {"email": anna.email})
    reset = {"email": anna.email, "code": door.code_for(anna.email), "new_password": NEW}
    door.call("POST", "/v1/auth/reset-password", reset)

    assert is_out(anna)
    assert is_out(other_device)
    anna.sign_in(NEW)
    assert anna.get("/v1/me")["email"] == anna.email


def test_a_change_of_the_password_ends_the_other_sessions_and_goes_on_here(
    anna: Athlete, other_device: Athlete, stack: DeployedStack
) -> None:
    old = Athlete(anna.door, anna.name, anna.email, anna.access_token, anna.refresh_token)

    anna.take(anna.call("PUT", "/v1/me/password", {"current_password": PASSWORD, "new_password": NEW}))

    assert is_out(other_device)
    assert is_out(old)
    assert anna.get("/v1/me")["email"] == anna.email
    assert anna.door.call("POST", "/v1/auth/refresh", {"refresh_token": anna.refresh_token})["access_token"]
    [mail] = [one for one in mails_to(stack.aws, anna.email) if one["Subject"] == "Ваш пароль изменён"]
    assert NEW not in mail["BodyText"]


def test_signing_out_on_one_device_leaves_the_other(anna: Athlete, other_device: Athlete) -> None:
    anna.door.call("POST", "/v1/auth/sign-out", {"refresh_token": other_device.refresh_token})

    assert is_out(other_device)
    assert anna.get("/v1/me")["email"] == anna.email


@pytest.mark.parametrize("call", DIRECT)
def test_cognito_itself_answers_nobody_and_tells_nothing(pool: ClosedPool, anna: Athlete, call: str) -> None:
    """Finding M2: SignUp of a known address said so; passwords that we refuse were taken."""
    nobody = f"nobody.{uuid4().hex}@example.org"
    answers = {refusal(lambda e=email: DIRECT[call](pool, e)) for email in (anna.email, nobody)}  # type: ignore[misc]

    assert len(answers) == 1
    assert answers.pop()[0] == "NotAuthorizedException"


@pytest.mark.parametrize("call", OF_TOKENS)
def test_an_athletes_token_opens_no_call_of_cognito(pool: ClosedPool, anna: Athlete, call: str) -> None:
    """Finding M2: a stolen one moved the address and deleted the user."""
    assert refusal(lambda: OF_TOKENS[call](pool, anna.access_token))[0] == "NotAuthorizedException"
    assert anna.get("/v1/me")["email"] == anna.email


def test_an_address_moves_by_the_code_from_the_new_one(anna: Athlete, other_device: Athlete) -> None:
    new = f"anna.{uuid4().hex[:8]}@example.com"
    anna.post("/v1/me/email", {"email": new, "current_password": PASSWORD})
    anna.post("/v1/me/email/confirm", {"code": anna.door.code_for(new)})

    assert is_out(other_device)
    old_address, anna.email = anna.email, new
    anna.sign_in()
    assert anna.get("/v1/me")["email"] == new
    old = {"email": old_address, "password": PASSWORD}
    assert anna.door.answer("POST", "/v1/auth/sign-in", old).status_code == 401


@pytest.mark.smoke
def test_a_phone_is_taken_by_the_code_that_comes_to_it(anna: Athlete, ben: Athlete) -> None:
    number = f"+7916{uuid4().int % 10**7:07d}"
    for athlete in (anna, ben):
        athlete.post("/v1/me/phone", {"phone": number})
        athlete.post("/v1/me/phone/confirm", {"code": athlete.door.texted_code_for(number)})

    assert (anna.get("/v1/me")["phone"], ben.get("/v1/me")["phone"]) == (None, number)
