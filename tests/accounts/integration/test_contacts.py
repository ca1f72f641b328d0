"""A new address and a new phone: nothing changes before a code from there, and nothing goes anywhere else."""

from typing import Any

import pytest

from accounts import store
from accounts.sign_in import identity
from stadion import clock
from stadion.change import Change
from tests.accounts.moto import ANNA, code_texted_to, code_to, join, letters_to, texts_to
from tests.kit.clock import Clock
from tests.kit.services import Answer, Service

ADDRESS = ANNA["email"].lower()
NEW = "anna@example.com"
PHONE, OTHERS = "+79161234567", "+79161234568"
BEN = {"email": "ben@example.org", "password": "herons-fish-at-noon", "language": "en", "time_zone": "UTC"}


@pytest.fixture(autouse=True)
def no_revocation(monkeypatch: pytest.MonkeyPatch) -> None:
    """moto knows no such call."""
    monkeypatch.setattr(identity, "revoke", lambda _: None)


def post(accounts: Service, user: str, path: str, **body: Any) -> Answer:
    return accounts.call("POST", f"/v1/me/{path}", body, user=user)


def contacts(accounts: Service, user: str) -> list[tuple[str | None, str | None]]:
    told = [one["detail"] for one in accounts.published("ContactChanged")]
    return [(one["data"].get("email"), one["data"].get("phone")) for one in told if one["user_id"] == user]


def signs_in(email: str, password: str = ANNA["password"]) -> bool:
    try:
        identity.sign_in(email, password)
    except Exception:  # noqa: BLE001 - whatever refuses
        return False
    return True


# --- the address ----------------------------------------------------------------------------------------------------


def test_an_address_moves_when_the_code_from_the_new_one_comes_back(accounts: Service, anna: str) -> None:
    asked = post(accounts, anna, "email", email=NEW, current_password=ANNA["password"])
    assert (asked.status, asked.body) == (202, {"next": "confirm"})
    assert accounts.call("GET", "/v1/me", user=anna).body["email"] == ADDRESS

    assert post(accounts, anna, "email/confirm", code=code_to(NEW)).status == 204

    assert (signs_in(NEW), signs_in(ADDRESS)) == (True, False)
    assert contacts(accounts, anna)[-1] == (NEW, None)
    assert letters_to(ADDRESS)[-1].subject == "Ваш адрес изменён"
    assert letters_to(NEW)[-1].subject == "Теперь это ваш адрес"
    assert len(accounts.published("SessionsEnded")) == 1
    assert accounts.call("GET", "/v1/me", user=anna).status in {200, 401}  # by the second of the end


def test_a_registration_that_was_begun_with_the_new_address_ends_with_the_move(accounts: Service, anna: str) -> None:
    """Its code would set the password of the account that is there by now, for a day."""
    assert accounts.call("POST", "/v1/auth/register", {**BEN, "email": NEW}, user=None).status == 202
    registration = code_to(NEW)
    post(accounts, anna, "email", email=NEW, current_password=ANNA["password"])
    assert post(accounts, anna, "email/confirm", code=code_to(NEW)).status == 204

    given = {"email": NEW, "code": registration, "password": BEN["password"]}
    refused = accounts.call("POST", "/v1/auth/confirm", given, user=None)

    assert (refused.status, refused.body["code"]) == (400, "code_is_wrong")
    assert signs_in(NEW)


def test_who_has_only_the_token_moves_no_address(accounts: Service, anna: str) -> None:
    refused = post(accounts, anna, "email", email=NEW, current_password="not-the-password")

    assert (refused.status, refused.body["code"]) == (400, "current_password_is_wrong")
    assert letters_to(NEW) == []


def test_a_taken_address_gets_the_same_answer_and_its_owner_is_told(accounts: Service, anna: str) -> None:
    ben = join(accounts, BEN)
    free = post(accounts, anna, "email", email=NEW, current_password=ANNA["password"])
    taken = post(accounts, ben, "email", email=ADDRESS, current_password=BEN["password"])

    assert (free.status, free.body) == (taken.status, taken.body)
    assert letters_to(ADDRESS)[-1].subject == "У вас уже есть аккаунт Stadion"
    assert post(accounts, ben, "email/confirm", code="00000000").body["code"] == "code_is_wrong"


def test_an_address_that_somebody_took_meanwhile_is_not_taken_from_them(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(accounts, anna, "email", email=NEW, current_password=ANNA["password"])

    def taken(*_: str) -> None:
        raise identity.EmailTakenError

    monkeypatch.setattr(identity, "set_email", taken)

    assert post(accounts, anna, "email/confirm", code=code_to(NEW)).body["code"] == "code_is_wrong"
    assert accounts.call("GET", "/v1/me", user=anna).body["email"] == ADDRESS


def test_a_move_that_was_interrupted_after_cognito_is_ended_by_the_next_sign_in(accounts: Service, anna: str) -> None:
    accounts.enter()
    identity.set_email(anna, NEW)

    signed_in = {"email": NEW, "password": ANNA["password"]}
    assert accounts.call("POST", "/v1/auth/sign-in", signed_in, user=None).status == 200

    assert accounts.call("GET", "/v1/me", user=anna).body["email"] == NEW
    assert contacts(accounts, anna)[-1] == (NEW, None)
    assert letters_to(ADDRESS)[-1].subject == "Ваш адрес изменён"
    assert len(accounts.published("SessionsEnded")) == 1, "whatever was begun with the old address is over"


def test_a_sign_in_that_a_move_overtakes_does_not_move_it_back(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = identity.sign_in

    def overtaken(email: str, password: str) -> Any:
        session = real(email, password)
        monkeypatch.setattr(identity, "sign_in", real)
        identity.set_email(anna, NEW)
        with Change(anna, clock.now()) as change:
            store.move(change, anna, NEW)
        return session

    monkeypatch.setattr(identity, "sign_in", overtaken)

    accounts.call("POST", "/v1/auth/sign-in", {"email": ADDRESS, "password": ANNA["password"]}, user=None)

    assert contacts(accounts, anna)[-1] == (NEW, None)
    assert letters_to(NEW) == []


def test_a_move_that_was_interrupted_goes_on_with_the_same_code(
    accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(accounts, anna, "email", email=NEW, current_password=ANNA["password"])
    code = code_to(NEW)
    with monkeypatch.context() as broken:
        broken.setattr(identity, "revoke_all", None)
        assert post(accounts, anna, "email/confirm", code=code).status == 500

    assert post(accounts, anna, "email/confirm", code=code).status == 204
    assert contacts(accounts, anna)[-1] == (NEW, None)


# --- the phone ------------------------------------------------------------------------------------------------------


def test_a_phone_is_the_athletes_when_the_code_from_it_comes_back(accounts: Service, anna: str) -> None:
    assert post(accounts, anna, "phone", phone="+7 916 123-45-67").status == 202
    assert accounts.call("GET", "/v1/me", user=anna).body["phone"] is None
    assert contacts(accounts, anna) == [(ADDRESS, None)]

    assert post(accounts, anna, "phone/confirm", code=code_texted_to(PHONE)).status == 204

    me = accounts.call("GET", "/v1/me", user=anna).body
    assert (me["phone"], me["phone_verified"]) == (PHONE, True)
    assert contacts(accounts, anna)[-1] == (ADDRESS, PHONE)


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        ("+449098790000", 400, "phone_is_not_mobile"),  # premium
        ("+19002123456", 400, "phone_is_not_mobile"),
        ("+88213123456", 422, "request_is_invalid"),  # satellite
        ("+881612345678", 400, "phone_country_not_served"),
        ("+448451234567", 400, "phone_is_not_mobile"),  # shared cost
        ("+74951234567", 400, "phone_is_not_mobile"),  # a fixed line
        ("+447911123456", 400, "phone_country_not_served"),
        ("+12025550123", 400, "phone_country_not_served"),
        ("12", 422, "request_is_invalid"),
    ],
)
def test_numbers_that_cost_or_reach_nobody_get_no_code(
    accounts: Service, anna: str, number: str, status: int, code: str
) -> None:
    refused = post(accounts, anna, "phone", phone=number)

    assert (refused.status, refused.body["code"]) == (status, code)
    assert texts_to(number) == []


def test_a_number_is_on_one_account_and_lost_only_by_proof(accounts: Service, anna: str) -> None:
    ben = join(accounts, BEN)
    take(accounts, anna, PHONE)
    post(accounts, ben, "phone", phone=PHONE)
    assert post(accounts, ben, "phone/confirm", code="000000").status == 400
    assert accounts.call("GET", "/v1/me", user=anna).body["phone"] == PHONE

    assert post(accounts, ben, "phone/confirm", code=code_texted_to(PHONE)).status == 204

    assert accounts.call("GET", "/v1/me", user=anna).body["phone"] is None
    assert contacts(accounts, anna)[-1] == (ADDRESS, None)
    assert contacts(accounts, ben)[-1] == (BEN["email"], PHONE)


def test_a_number_that_was_given_up_or_changed_belongs_to_nobody(accounts: Service, anna: str) -> None:
    take(accounts, anna, PHONE)
    take(accounts, anna, OTHERS)
    assert len(accounts.bodies("phone_holder")) == 1

    removed = accounts.call("PATCH", "/v1/me", {"phone": None}, user=anna, if_match="*")

    assert (removed.body["phone"], removed.body["phone_verified"]) == (None, False)
    assert accounts.bodies("phone_holder") == []
    assert contacts(accounts, anna)[-1] == (ADDRESS, None)


def test_a_number_of_before_is_shown_and_told_to_nobody_who_sends(accounts: Service, anna: str) -> None:
    accounts.enter()
    old = store.profile(anna)
    store.revise_profile(old, old.revised(clock.now(), phone=PHONE), [], clock.now())

    with Change(anna, clock.now()) as change:
        store.move(change, anna, NEW)  # which tells where messages go

    me = accounts.call("GET", "/v1/me", user=anna).body
    assert (me["phone"], me["phone_verified"]) == (PHONE, False)
    assert contacts(accounts, anna)[-1] == (NEW, None)


def test_codes_by_sms_are_few(accounts: Service, anna: str, standing_clock: Clock) -> None:
    """Three an hour to an athlete, three a day to a number from one network."""
    ben = join(accounts, BEN)
    for _ in range(3):
        assert post(accounts, anna, "phone", phone=PHONE).status == 202

    assert post(accounts, anna, "phone", phone=OTHERS).body["code"] == "too_many_attempts"
    assert post(accounts, ben, "phone", phone=PHONE).body["code"] == "too_many_attempts"
    assert len(texts_to(PHONE)) == 3


def test_nobody_spends_the_codes_that_the_owner_of_a_number_needs(
    accounts: Service, anna: str, standing_clock: Clock
) -> None:
    """Ten a day to a number, of which one network has three."""
    ben = join(accounts, BEN)
    body = {"phone": PHONE}
    for _ in range(4):
        accounts.call("POST", "/v1/me/phone", body, user=ben, source_ip="198.51.100.7")

    assert accounts.call("POST", "/v1/me/phone", body, user=anna, source_ip="203.0.113.9").status == 202
    assert len(texts_to(PHONE)) == 4


def test_a_day_has_an_end_of_codes_by_sms(accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STADION_TEXTS_PER_DAY", "1")

    assert post(accounts, anna, "phone", phone=PHONE).status == 202
    assert post(accounts, anna, "phone", phone=OTHERS).status == 429


def test_the_code_of_a_phone_lives_for_a_quarter_of_an_hour(
    accounts: Service, anna: str, standing_clock: Clock
) -> None:
    post(accounts, anna, "phone", phone=PHONE)
    standing_clock.advance(minutes=16)

    assert post(accounts, anna, "phone/confirm", code=code_texted_to(PHONE)).body["code"] == "code_is_wrong"


def take(accounts: Service, user: str, number: str) -> None:
    assert post(accounts, user, "phone", phone=number).status == 202
    assert post(accounts, user, "phone/confirm", code=code_texted_to(number)).status == 204
