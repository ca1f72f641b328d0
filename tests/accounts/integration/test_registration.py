"""Registration: nobody has an account before the code, and no interruption leaves one that somebody else can use."""

from collections.abc import Callable
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from accounts.sign_in import identity
from tests.accounts.moto import ANNA, SENDER, code_to, join, letters_to
from tests.kit.clock import Clock
from tests.kit.services import Answer, Service

ADDRESS = ANNA["email"].lower()
THIEF = {"email": ADDRESS, "password": "a-password-of-the-thief"}
OWNER = {"email": ADDRESS, "password": "otters-swim-at-dawn"}
NOBODY = "success@simulator.amazonses.com"


def ask(accounts: Service, what: str, **body: Any) -> Answer:
    return accounts.call("POST", f"/v1/auth/{what}", body, user=None)


def users() -> list[Any]:
    pool = boto3.client("cognito-idp").list_user_pools(MaxResults=1)["UserPools"][0]["Id"]
    return list(boto3.client("cognito-idp").list_users(UserPoolId=pool)["Users"])


def test_who_registers_an_address_has_nothing_until_the_code_comes_back(accounts: Service) -> None:
    assert ask(accounts, "register", **THIEF).status == 202

    assert users() == []
    assert ask(accounts, "sign-in", **THIEF).body["code"] == "sign_in_failed"
    assert THIEF["password"] not in str(accounts.items())


def test_the_password_of_whoever_registered_first_never_opens_the_account(
    accounts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between any two calls to Cognito, and after each, the thief tries (finding H1: 17 of 24 races won)."""
    ask(accounts, "register", **THIEF)
    ask(accounts, "register", **OWNER)
    tried: list[str] = []
    between_calls(monkeypatch, lambda name: tried.append(f"{name} {could_sign_in(THIEF)}"))

    assert ask(accounts, "confirm", **OWNER, code=code_to(ADDRESS)).status == 204

    assert [one.split()[0] for one in tried] == [
        "admin_create_user",
        "admin_get_user",
        "admin_set_user_password",
    ]
    assert {one.split()[1] for one in tried} == {"False"}
    assert could_sign_in(OWNER)


@pytest.mark.parametrize("crash", ["admin_create_user", "admin_get_user", "admin_set_user_password"])
def test_a_crash_after_any_call_leaves_nothing_usable_and_the_same_code_goes_on(
    accounts: Service, monkeypatch: pytest.MonkeyPatch, crash: str
) -> None:
    ask(accounts, "register", **THIEF)
    ask(accounts, "register", **OWNER)
    code = code_to(ADDRESS)
    with monkeypatch.context() as broken:
        between_calls(broken, lambda name: fail_if(name == crash))
        assert ask(accounts, "confirm", **OWNER, code=code).status == 500

    assert not could_sign_in(THIEF)
    assert ask(accounts, "confirm", **OWNER, code=code).status == 204
    assert could_sign_in(OWNER)
    assert not could_sign_in(THIEF)
    assert len(accounts.published("UserRegistered")) == 1


def test_a_user_who_registered_before_and_never_confirmed_is_the_owners_who_shows_the_code(accounts: Service) -> None:
    """As they lie in Cognito from before: unconfirmed, with the password of whoever it was."""
    cognito, pool = boto3.client("cognito-idp"), accounts_pool()
    client = cognito.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"][0]["ClientId"]
    email = [{"Name": "email", "Value": ADDRESS}]
    cognito.sign_up(ClientId=client, Username=ADDRESS, Password=THIEF["password"], UserAttributes=email)  # type: ignore[arg-type]
    assert users()[0]["UserStatus"] == "UNCONFIRMED"
    ask(accounts, "register", **OWNER)

    assert ask(accounts, "confirm", **OWNER, code=code_to(ADDRESS)).status == 204
    assert could_sign_in(OWNER)
    assert not could_sign_in(THIEF)
    attributes = {one["Name"]: one["Value"] for one in users()[0]["Attributes"]}
    assert attributes["email_verified"] == "true"


@pytest.mark.parametrize("password", ["otters-swim\u0000at", "otters\nswim-at"])
def test_a_password_that_cognito_takes_from_nobody_is_weak_from_the_beginning(accounts: Service, password: str) -> None:
    """`InvalidParameterException`: it wants no control character; spaces at the ends are taken off before."""
    assert ask(accounts, "register", **{**OWNER, "password": password}).body["code"] == "password_is_weak"


@pytest.mark.parametrize(
    "refusal",
    ["InvalidParameterException", "InvalidPasswordException", "PasswordHistoryPolicyViolationException"],
)
def test_a_password_that_cognito_refuses_is_weak_and_the_code_goes_on(
    accounts: Service, monkeypatch: pytest.MonkeyPatch, refusal: str
) -> None:
    ask(accounts, "register", **OWNER)
    code = code_to(ADDRESS)
    real = identity.client()

    class Strict:
        def __getattr__(self, name: str) -> Any:
            return getattr(real, name)

        def admin_set_user_password(self, **asked: Any) -> Any:
            raise ClientError({"Error": {"Code": refusal, "Message": "no"}}, "AdminSetUserPassword")

    with monkeypatch.context() as strict:
        strict.setattr(identity, "client", Strict)
        assert ask(accounts, "confirm", **OWNER, code=code).body["code"] == "password_is_weak"

    assert ask(accounts, "confirm", **OWNER, code=code).status == 204


def test_a_code_is_good_once(accounts: Service) -> None:
    ask(accounts, "register", **OWNER)
    code = code_to(ADDRESS)

    assert ask(accounts, "confirm", **OWNER, code=code).status == 204
    assert ask(accounts, "confirm", **OWNER, code=code).body["code"] == "code_is_wrong"


def test_a_new_code_takes_the_place_of_the_old_one(accounts: Service) -> None:
    ask(accounts, "register", **OWNER)
    first = code_to(ADDRESS)
    assert ask(accounts, "resend", email=ADDRESS).status == 202

    assert ask(accounts, "confirm", **OWNER, code=first).status == 400
    assert ask(accounts, "confirm", **OWNER, code=code_to(ADDRESS)).status == 204


@pytest.mark.parametrize(("hours", "status"), [(23, 204), (25, 400)])
def test_a_code_lives_for_a_day(accounts: Service, standing_clock: Clock, hours: int, status: int) -> None:
    ask(accounts, "register", **OWNER)
    standing_clock.advance(hours=hours)

    assert ask(accounts, "confirm", **OWNER, code=code_to(ADDRESS)).status == status


def test_no_code_lies_in_the_table_and_no_address_in_a_key(accounts: Service) -> None:
    ask(accounts, "register", **OWNER)

    stored = str(accounts.items())
    assert code_to(ADDRESS) not in stored
    assert ADDRESS not in stored


def test_the_owner_of_an_account_is_told_and_the_answer_is_the_same(accounts: Service, anna: str) -> None:
    known = ask(accounts, "register", **{**OWNER, "language": "en"})
    unknown = ask(accounts, "register", email="nobody@example.org", password=OWNER["password"])

    assert (known.status, known.body) == (unknown.status, unknown.body)
    newest = letters_to(ADDRESS)[-1]
    assert newest.subject == "У вас уже есть аккаунт Stadion"  # in the owner's language, whoever asks
    assert newest.source == SENDER
    assert ask(accounts, "confirm", **OWNER, code="00000000").body["code"] == "code_is_wrong"


def test_the_code_that_was_made_for_a_known_address_is_none(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made to be as much work, and mailed to nobody: whoever foresaw it gets nothing."""
    monkeypatch.setattr("accounts.codes.service.secrets.randbelow", lambda _: 7)
    ask(accounts, "register", **OWNER)

    assert ask(accounts, "confirm", **OWNER, code="00000007").body["code"] == "code_is_wrong"


@pytest.mark.parametrize("what", ["register", "resend", "forgot-password"])
def test_it_is_as_much_work_for_nobody_as_for_somebody(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """The same calls to Cognito, to the table and to SES."""
    body = {"password": OWNER["password"]} if what == "register" else {}
    calls: dict[str, list[str]] = {}
    for address in (ADDRESS, "nobody@example.org"):
        calls[address] = []
        with monkeypatch.context() as watched:
            watch_calls(watched, calls[address])
            assert ask(accounts, what, email=address, **body).status == 202

    assert calls[ADDRESS] == calls["nobody@example.org"]
    assert "SendEmail" in calls[ADDRESS]
    if what != "register":
        assert len(letters_to(NOBODY)) == (2 if what == "resend" else 1)


def test_what_no_mail_can_reach_is_refused(accounts: Service) -> None:
    for address in ("a@b..cc", ".a@example.org", "a@-b.org", "a@b.1x", "ä@example.org"):
        refused = ask(accounts, "register", email=address, password=OWNER["password"])
        assert (refused.status, refused.body["code"]) == (400, "email_is_invalid"), address


def test_a_code_is_not_logged_and_not_told_to_the_bus(accounts: Service, capsys: pytest.CaptureFixture[str]) -> None:
    join(accounts, ANNA)
    code = code_to(ADDRESS)

    assert code not in str(accounts.published())
    assert code not in capsys.readouterr().out


# --- what the tests above do ----------------------------------------------------------------------------------------


def accounts_pool() -> str:
    return str(boto3.client("cognito-idp").list_user_pools(MaxResults=1)["UserPools"][0]["Id"])


def could_sign_in(who: dict[str, str]) -> bool:
    """Past the brakes: straight to Cognito, as often as one likes."""
    try:
        identity.sign_in(who["email"], who["password"])
    except Exception:  # noqa: BLE001 - whatever refuses
        return False
    return True


def between_calls(monkeypatch: pytest.MonkeyPatch, then: Callable[[str], None]) -> None:
    """`then(name)` after each call of ours that changes or looks at a user, but not during its own."""
    real, inside = identity.client(), []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            def call(**asked: Any) -> Any:
                answer = getattr(real, name)(**asked)
                if not inside and name != "admin_user_global_sign_out":
                    inside.append(name)
                    try:
                        then(name)
                    finally:
                        inside.clear()
                return answer

            return call

    monkeypatch.setattr(identity, "client", Watched)


def fail_if(wanted: bool) -> None:
    if wanted:
        raise ClientError({"Error": {"Code": "InternalErrorException", "Message": "gone"}}, "any")


def watch_calls(monkeypatch: pytest.MonkeyPatch, seen: list[str]) -> None:
    from botocore.client import BaseClient

    real = BaseClient._make_api_call  # type: ignore[attr-defined]

    def call(self: Any, operation: str, asked: Any) -> Any:
        seen.append(operation)
        return real(self, operation, asked)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)


def test_a_letter_that_our_own_set_up_keeps_back_is_told_to_who_is_on_call(
    accounts: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    """The athlete hears that it did not go out; that it is for us to mend is counted."""
    boto3.client("ses").delete_identity(Identity="stadion.test")

    answer = accounts.call("POST", "/v1/auth/register", ANNA, user=None)

    assert (answer.status, answer.body["code"]) == (503, "message_not_sent")
    assert '"ChannelMisconfigured"' in capsys.readouterr().out
