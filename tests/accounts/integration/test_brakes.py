"""Counters before Cognito: who guesses waits, and nobody else does."""

from typing import Any

import pytest

from accounts.brakes import domain
from accounts.brakes.domain import CODES_OF_ADDRESS, CODES_OF_ATHLETE, PASSWORDS_OF_NETWORK
from stadion import networks
from tests.accounts.moto import ANNA, code_to, letters_to
from tests.kit.clock import Clock
from tests.kit.services import Answer, Service

ADDRESS = ANNA["email"].lower()
STRANGERS, OWNERS = "198.51.100.7", "203.0.113.9"
NEW = "herons-fish-at-noon"
OWNER = {"email": ADDRESS, "password": "otters-swim-at-dawn"}


@pytest.fixture(autouse=True)
def now(standing_clock: Clock) -> Clock:
    return standing_clock


def ask(accounts: Service, what: str, source_ip: str = OWNERS, **body: Any) -> Answer:
    return accounts.call("POST", f"/v1/auth/{what}", body, user=None, source_ip=source_ip)


def told(answer: Answer) -> tuple[int, str]:
    return answer.status, answer.body.get("code", "")


WRONG = (400, "code_is_wrong")
WAIT = (429, "too_many_attempts")


def test_three_wrong_codes_make_that_network_wait_and_the_owner_still_gets_in(
    accounts: Service, anna: str, now: Clock
) -> None:
    ask(accounts, "forgot-password", email=ADDRESS)
    code = code_to(ADDRESS)
    guess = {"email": ADDRESS, "code": "00000000", "new_password": NEW}

    answers = [ask(accounts, "reset-password", STRANGERS, **guess) for _ in range(4)]

    assert [told(answer) for answer in answers] == [WRONG, WRONG, WRONG, WAIT]
    assert answers[-1].headers["Retry-After"] == "900"
    assert told(ask(accounts, "reset-password", STRANGERS, **{**guess, "code": code})) == WAIT
    assert told(ask(accounts, "reset-password", "198.51.100.250", **guess)) == WAIT, "the same network"
    assert ask(accounts, "reset-password", OWNERS, **{**guess, "code": code}).status == 204


def test_a_network_that_waited_may_try_again(accounts: Service, anna: str, now: Clock) -> None:
    ask(accounts, "forgot-password", email=ADDRESS)
    guess = {"email": ADDRESS, "code": "00000000", "new_password": NEW}
    for _ in range(4):
        ask(accounts, "reset-password", STRANGERS, **guess)

    now.advance(minutes=15)

    assert ask(accounts, "reset-password", STRANGERS, **{**guess, "code": code_to(ADDRESS)}).status == 204


def test_many_networks_together_have_few_guesses(accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(accounts, "forgot-password", email=ADDRESS)
    guess = {"email": ADDRESS, "code": "00000000", "new_password": NEW}
    few = domain.Limit(CODES_OF_ADDRESS.name, 5, CODES_OF_ADDRESS.per)
    monkeypatch.setattr("accounts.brakes.service.CODES_OF_ADDRESS", few)

    answers = [told(ask(accounts, "reset-password", f"198.51.{n}.7", **guess)) for n in range(6)]

    assert answers == [WRONG] * 5 + [WAIT]


def test_a_wait_tells_nothing_about_who_has_an_account(accounts: Service, anna: str) -> None:
    def all_of(address: str) -> list[tuple[int, Any]]:
        guess = {"email": address, "code": "00000000"}
        asked: list[tuple[str, dict[str, str]]] = [
            *[("confirm", {**guess, "password": NEW})] * 4,
            *[("reset-password", {**guess, "new_password": NEW})] * 4,
            *[("sign-in", {"email": address, "password": "not-the-password"})] * 5,
            *[("forgot-password", {"email": address})] * 6,
            ("register", {"email": address, "password": NEW}),
            ("resend", {"email": address}),
        ]
        answers = [ask(accounts, what, **body) for what, body in asked]
        return [(answer.status, {**answer.body, "trace_id": ""}) for answer in answers]

    known, unknown = all_of(ADDRESS), all_of("nobody@example.org")

    assert {status for status, _ in known} == {202, 400, 401, 429}
    assert known == unknown


def test_an_address_gets_five_mails_an_hour_whoever_asks(accounts: Service, now: Clock) -> None:
    answers = [told(ask(accounts, "register", f"198.51.{n}.7", **OWNER)) for n in range(7)]

    assert [status for status, _ in answers] == [202] * 5 + [429] * 2
    assert len(letters_to(ADDRESS)) == 5
    now.advance(hours=1)
    assert ask(accounts, "register", **OWNER).status == 202
    assert ask(accounts, "confirm", **OWNER, code=code_to(ADDRESS)).status == 204


@pytest.mark.parametrize("spent", ["register", "resend", "forgot-password"])
@pytest.mark.parametrize("wanted", ["register", "forgot-password"])
def test_nobody_spends_the_mails_that_the_owner_needs(
    accounts: Service, now: Clock, request: pytest.FixtureRequest, spent: str, wanted: str
) -> None:
    """For the whole day: either she may ask, or her mailbox has a code of the last hour that is good."""
    if wanted == "forgot-password":
        request.getfixturevalue("anna")
    password = {"password": OWNER["password"]}
    for hour in range(6):
        for n in range(12):
            body = {"email": ADDRESS, **(password if spent == "register" else {})}
            ask(accounts, spent, f"198.51.{hour * 12 + n}.7", **body)
        now.advance(hours=1)
    now.advance(seconds=-1)

    mine = ask(accounts, wanted, OWNERS, email=ADDRESS, **(password if wanted == "register" else {}))

    assert mine.status == 202 or spent == wanted
    what = {"password": NEW} if wanted == "register" else {"new_password": NEW}
    does = "confirm" if wanted == "register" else "reset-password"
    assert ask(accounts, does, OWNERS, email=ADDRESS, code=code_to(ADDRESS), **what).status == 204


def test_one_network_fills_no_mailbox_under_any_of_its_names(accounts: Service, now: Clock) -> None:
    asked = [f"anna+{n}@example.org" for n in range(12)]

    answers = [ask(accounts, "register", STRANGERS, **{**OWNER, "email": one}).status for one in asked]

    assert answers == [202] * 10 + [429] * 2
    assert ask(accounts, "register", OWNERS, **OWNER).status == 202


def test_right_ones_cost_a_network_nothing(accounts: Service, anna: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands may be behind the addresses of one carrier."""
    for name in ("PASSWORDS_BY_NETWORK", "CODES_BY_NETWORK"):
        limit = getattr(domain, name)
        monkeypatch.setattr(f"accounts.brakes.service.{name}", domain.Limit(limit.name, 2, limit.per, is_shared=True))
    right = {"email": ADDRESS, "password": ANNA["password"]}

    assert [ask(accounts, "sign-in", **right).status for _ in range(4)] == [200] * 4
    for n in range(4):
        who = {"email": f"ben{n}@example.org", "password": NEW}
        ask(accounts, "register", **who)
        assert ask(accounts, "confirm", **who, code=code_to(who["email"])).status == 204
    answers = [ask(accounts, "sign-in", **{**right, "password": "nope"}).status for _ in range(3)]
    assert answers == [401, 401, 429]


def test_one_network_never_keeps_cognito_closed(accounts: Service, anna: str, now: Clock) -> None:
    """Who shows four wrong passwords each quarter of an hour would: it counts on while they come."""
    wrong = {"email": ADDRESS, "password": "nope"}
    answers = []
    for _ in range(12):
        answers += [ask(accounts, "sign-in", STRANGERS, **wrong).status for _ in range(5)]
        now.advance(minutes=15)

    assert answers.count(401) == 12
    assert ask(accounts, "sign-in", OWNERS, email=ADDRESS, password=ANNA["password"]).status == 200


def test_a_code_by_sms_is_guessed_ten_times_an_hour_by_all_networks(accounts: Service, anna: str, now: Clock) -> None:
    """It has six digits, and whoever wants another's number has a session of their own."""
    accounts.call("POST", "/v1/me/phone", {"phone": "+79161234567"}, user=anna)

    answers = [
        accounts.call("POST", "/v1/me/phone/confirm", {"code": "000000"}, user=anna, source_ip=f"198.51.{n}.7").status
        for n in range(12)
    ]

    assert answers == [400] * CODES_OF_ATHLETE.most + [429] * 2


def test_a_network_makes_us_write_to_a_hundred_strangers_an_hour(
    accounts: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = domain.Limit("network-mails-hour", 3, domain.HOUR, is_shared=True)
    monkeypatch.setattr("accounts.brakes.service.MAILS_BY_NETWORK", (few,))
    who = [f"stranger.{n}@example.org" for n in range(4)]

    answers = [ask(accounts, "register", STRANGERS, **{**OWNER, "email": one}) for one in who]

    assert [answer.status for answer in answers] == [202] * 3 + [429]
    assert ask(accounts, "register", OWNERS, **OWNER).status == 202
    monkeypatch.setenv("STADION_NETWORK_ALLOWANCE", "10")
    assert ask(accounts, "register", STRANGERS, **{**OWNER, "email": who[3]}).status == 202


def test_wrong_passwords_make_that_network_wait_and_a_right_one_forgives(accounts: Service, anna: str) -> None:
    wrong, right = {"email": ADDRESS, "password": "nope"}, {"email": ADDRESS, "password": ANNA["password"]}
    most = PASSWORDS_OF_NETWORK[0].most
    for _ in range(most - 1):
        assert ask(accounts, "sign-in", OWNERS, **wrong).status == 401
    assert ask(accounts, "sign-in", OWNERS, **right).status == 200

    answers = [ask(accounts, "sign-in", STRANGERS, **wrong).status for _ in range(most + 1)]

    assert answers == [401] * most + [429]
    assert ask(accounts, "sign-in", STRANGERS, **right).status == 429
    assert ask(accounts, "sign-in", OWNERS, **right).status == 200


@pytest.mark.parametrize("what", ["refresh", "sign-out"])
def test_garbage_for_refresh_tokens_makes_a_network_wait(
    accounts: Service, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    from accounts.sign_in import identity
    from stadion.errors import SessionOverError

    def refuse(_: str) -> None:
        raise SessionOverError

    monkeypatch.setattr(identity, "refresh", refuse)
    few = domain.Limit("network-refreshes", 2, domain.QUARTER, is_shared=True)
    monkeypatch.setattr("accounts.brakes.service.REFRESHES_BY_NETWORK", few)

    answers = [ask(accounts, what, STRANGERS, refresh_token="garbage").status for _ in range(3)]

    assert answers == [401, 401, 429]


def test_eight_guesses_at_once_are_three(accounts: Service, anna: str) -> None:
    """Each counts before it is looked at, so that none slips through beside another."""
    from accounts.brakes import store
    from accounts.brakes.domain import CODES_OF_NETWORK
    from stadion import clock

    accounts.enter()
    counted = [store.count_up(CODES_OF_NETWORK, CODES_OF_NETWORK.most, "one", clock.now()) for _ in range(8)]

    assert counted == [True] * 3 + [False] * 5


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2ff::7", "2001:db8:1:200::/56"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("", "unknown"),
    ],
)
def test_a_network_is_what_one_subscriber_has(address: str, network: str) -> None:
    assert networks.network_of(address) == network
