"""An athlete lets a partner know them, by a token that is used once, and lets it know them no more."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from partners.links import domain, service
from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, OTHER, Answer, Service
from tests.kit.store import SHOES, completed
from tests.partners.integration.test_partners import ADMIN, Store, make

LINKS = "/v1/me/partner-links"
NOBODY = "system"


@pytest.fixture
def store(partners: Service) -> Store:
    return make(partners)


@pytest.fixture
def other(partners: Service) -> Store:
    return make(partners, "other")


@pytest.fixture(autouse=True)
def standing(standing_clock: Clock) -> Clock:
    return standing_clock


def token(partners: Service, partner: str = "store", user: str = OTHER) -> str:
    made = partners.call("POST", LINKS, {"partner_id": partner}, user=user)
    assert made.status == 201, made.body
    return str(made.body["token"])


def trade(store: Store, typed: str) -> Answer:
    return store.service.ask("POST", "/partner/v1/links", {"token": typed}, key=store.key)


def linked(store: Store, partner: str = "store", user: str = OTHER) -> str:
    answer = trade(store, token(store.service, partner, user))
    assert answer.status == 200, answer.body
    return str(answer.body["athlete_id"])


def shown(partners: Service, user: str = OTHER) -> dict[str, str]:
    items = partners.call("GET", LINKS, user=user).body["items"]
    return {one["partner_id"]: one["athlete_id"] for one in items}


def unlink(partners: Service, partner: str = "store", user: str = OTHER) -> Answer:
    return partners.call("DELETE", f"{LINKS}/{partner}", user=user)


# --- a link ---------------------------------------------------------------------------------------------------------


def test_a_token_gives_the_partner_an_id_that_says_nothing(store: Store) -> None:
    athlete_id = linked(store)

    assert re.fullmatch(r"at_[a-z2-7]{26}", athlete_id)
    assert shown(store.service) == {"store": athlete_id}
    [event] = store.service.published("PartnerLinkChanged")
    assert event["detail"]["user_id"] == OTHER
    assert (event["detail"]["data"]["athlete_id"], event["detail"]["data"]["is_linked"]) == (athlete_id, True)


def test_two_partners_know_one_athlete_by_two_ids_and_one_partner_two_by_two(store: Store, other: Store) -> None:
    ids = {linked(store), linked(other, "other"), linked(store, user="00000000-0000-4000-8000-000000000001")}
    assert len(ids) == 3


def test_the_same_token_again_is_answered_the_same_and_tells_nothing_twice(store: Store) -> None:
    typed = token(store.service)
    first, before = trade(store, typed), store.service.items()
    assert [trade(store, typed).body for _ in range(2)] == [first.body] * 2
    assert store.service.items() == before


def test_athletes_are_shown_the_partners_name_out_of_what_has_no_secret(store: Store) -> None:
    linked(store)
    [link] = store.service.call("GET", LINKS, user=OTHER).body["items"]
    assert link["name"] == "The Store"
    seen = {"partner_id": "store", "name": "The Store", "is_disabled": False, "is_linkable": True}
    assert store.service.bodies("shown_partner") == [seen]


def test_another_token_while_they_are_linked_gives_the_same_id(store: Store) -> None:
    assert linked(store) == linked(store)
    assert len(store.service.published("PartnerLinkChanged")) == 1


def test_only_the_digest_of_a_token_is_kept_and_no_log_line_has_it(
    store: Store, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = token(store.service)
    assert len(typed) >= 40
    assert trade(store, typed).status == 200
    assert trade(store, "lt_" + "guessed" * 6).status == 404
    said = str([vars(record) for record in caplog.records]) + capsys.readouterr().out
    assert "answered" in said
    assert typed not in said + json.dumps(store.service.items())
    assert "guessed" not in said


# --- whose token it is ----------------------------------------------------------------------------------------------


def test_another_partners_use_is_answered_as_of_no_token_and_spoils_nothing(store: Store, other: Store) -> None:
    typed = token(store.service)
    stolen, guessed = trade(other, typed), trade(other, "lt_" + "A" * 43)
    for answer in (stolen, guessed):
        answer.body.pop("trace_id")
    assert (stolen.status, stolen.body) == (guessed.status, guessed.body)
    assert (stolen.status, stolen.body["code"]) == (404, "link_token_unknown")
    assert trade(store, typed).status == 200
    assert trade(other, typed).body["code"] == "link_token_unknown", "used ones too"
    assert "other" not in shown(store.service)


@pytest.mark.parametrize("typed", [b'"\\ud800"', b'""', b"null", b"7", b'"' + b"A" * 201 + b'"', b'"\\u0000"', b'"#"'])
def test_whatever_is_sent_for_a_token_is_refused_and_never_breaks(store: Store, typed: bytes) -> None:
    answer = store.service.ask("POST", "/partner/v1/links", b'{"token": ' + typed + b"}", key=store.key)
    assert answer.status in {404, 422}


@pytest.mark.parametrize("partner", ["store%23x", "A", "%20", "x" * 300])
def test_unlinking_whatever_is_no_partner_is_404(partners: Service, partner: str) -> None:
    assert unlink(partners, partner).status == 404


def test_a_token_ends_after_ten_minutes_used_or_not(store: Store, other: Store, standing: Clock) -> None:
    fresh, used = token(store.service), token(store.service)
    trade(store, used)
    standing.advance(minutes=10)
    for typed in (fresh, used):
        assert trade(store, typed).body["code"] == "link_token_expired"
        assert trade(other, typed).body["code"] == "link_token_unknown"


def test_who_sends_many_tokens_that_are_not_theirs_waits_and_nobody_else_does(
    store: Store, other: Store, standing: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_UNKNOWN", 3)
    mine, theirs = token(store.service), token(store.service, "other")
    assert [trade(store, theirs).status for _ in range(4)] == [404, 404, 404, 429]
    braked = trade(store, mine)
    assert (braked.status, braked.body["code"]) == (429, "too_many_unknown_tokens")
    assert trade(other, theirs).status == 200
    standing.advance(seconds=int(braked.headers["Retry-After"]))
    assert trade(store, token(store.service)).status == 200


def test_an_athlete_has_ten_tokens_within_the_time_that_one_lives(store: Store, standing: Clock) -> None:
    for _ in range(domain.MAX_TOKENS):
        token(store.service)
        standing.advance(seconds=30)
    refused = store.service.call("POST", LINKS, {"partner_id": "store"}, user=OTHER)
    assert (refused.status, refused.body["code"]) == (429, "too_many_link_tokens")
    assert refused.headers["Retry-After"] == "300"
    assert token(store.service, user="00000000-0000-4000-8000-000000000001")
    standing.advance(seconds=300)
    assert token(store.service)


def test_an_athlete_is_linked_to_fifty_partners_and_no_more(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(domain, "MAX_LINKS", 2)
    make(store.service, "third")
    linked(store)
    token(store.service, "other")
    refused = store.service.call("POST", LINKS, {"partner_id": "third"}, user=OTHER)
    assert (refused.status, refused.body["code"]) == (409, "too_many_partner_links"), "an open token may become a link"
    assert unlink(store.service, "other").status == 204
    assert token(store.service, "third")
    assert token(store.service), "to one that is linked already"


def test_there_is_no_token_for_a_partner_that_there_is_not_or_that_is_disabled(store: Store) -> None:
    store.service.sign("POST", f"{ADMIN}/store/disable")
    for partner in ("store", "nobody"):
        refused = store.service.call("POST", LINKS, {"partner_id": partner})
        assert (refused.status, refused.body["code"]) == (404, "partner_not_found")


@pytest.mark.parametrize(("may", "status"), [("catalogue", 404), ("orders", 201), ("codes", 201)])
def test_there_is_no_token_for_a_partner_that_could_not_trade_it(store: Store, may: str, status: int) -> None:
    store.service.sign("PATCH", f"{ADMIN}/store", {"may": [may]}, if_match="*")
    assert store.service.call("POST", LINKS, {"partner_id": "store"}).status == status


def test_a_disabled_partner_learns_no_id_and_its_links_can_still_be_seen_and_ended(store: Store) -> None:
    athlete_id, typed = linked(store), token(store.service)
    store.service.sign("POST", f"{ADMIN}/store/disable")
    assert trade(store, typed).body["code"] == "partner_is_disabled"
    assert shown(store.service) == {"store": athlete_id}
    assert unlink(store.service).status == 204


# --- the end of a link ----------------------------------------------------------------------------------------------


def test_unlinked_the_id_means_nobody_and_a_new_link_has_a_new_one(store: Store) -> None:
    first = linked(store)
    assert unlink(store.service).status == 204
    assert shown(store.service) == {}
    assert unlink(store.service).body["code"] == "partner_link_not_found"
    second = linked(store)
    assert first != second
    told = [one["detail"]["data"] for one in store.service.published("PartnerLinkChanged")]
    assert [(one["athlete_id"], one["is_linked"], one["revision"]) for one in told] == [
        (first, True, 1),
        (first, False, 2),
        (second, True, 3),
    ]
    [ended] = store.service.published("PartnerUnlinked")
    assert ended["detail"]["data"].keys() == {"partner_id", "unlinked_at"}, "accounts learns no partner's id"
    assert (ended["detail"]["user_id"], ended["detail"]["data"]["partner_id"]) == (OTHER, "store")


def test_unlinking_ends_every_token_for_that_partner_used_or_not(store: Store, other: Store) -> None:
    used, fresh, elsewhere = token(store.service), token(store.service), token(store.service, "other")
    trade(store, used)
    unlink(store.service)
    assert [trade(store, typed).body["code"] for typed in (used, fresh)] == ["link_token_unknown"] * 2
    assert trade(other, elsewhere).status == 200


def test_a_token_that_nobody_has_used_yet_can_be_taken_back(store: Store) -> None:
    typed = token(store.service)
    assert unlink(store.service).status == 204
    assert trade(store, typed).body["code"] == "link_token_unknown"
    assert store.service.published("PartnerUnlinked") == []


def test_an_ended_link_keeps_no_word_of_whose_it_was_beside_the_athletes_own(store: Store) -> None:
    athlete_id = linked(store)
    unlink(store.service)
    [known] = [one for one in store.service.bodies("known_athlete") if one["athlete_id"] == athlete_id]
    assert known["user_id"] is None


# --- at once --------------------------------------------------------------------------------------------------------


def before_the_write(monkeypatch: pytest.MonkeyPatch, name: str, meanwhile: Callable[[], Any]) -> None:
    """Something else happens once, after the use case has looked and before it writes."""
    from partners.links import store as links

    write, done = getattr(links, name), []

    def interrupted(*arguments: Any, **named: Any) -> Any:
        if not done:
            done.append(True)
            meanwhile()
        return write(*arguments, **named)

    monkeypatch.setattr(links, name, interrupted)


def test_two_trades_of_one_token_at_once_give_one_id(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    typed, answers = token(store.service), []
    before_the_write(monkeypatch, "use", lambda: answers.append(trade(store, typed)))
    answers.append(trade(store, typed))
    assert [answer.status for answer in answers] == [200, 200]
    assert len({answer.body["athlete_id"] for answer in answers}) == 1


def test_two_tokens_traded_at_once_give_one_id(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = token(store.service), token(store.service)
    answers: list[Answer] = []
    before_the_write(monkeypatch, "use", lambda: answers.append(trade(store, first)))
    answers.append(trade(store, second))
    assert len({answer.body["athlete_id"] for answer in answers}) == 1


def test_a_trade_that_unlinking_overtakes_links_nobody(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    typed = token(store.service)
    before_the_write(monkeypatch, "use", lambda: unlink(store.service))
    assert trade(store, typed).body["code"] == "link_token_unknown"
    assert shown(store.service) == {}


@pytest.mark.parametrize("name", ["end", "drop_tokens"])
def test_unlinking_that_a_trade_overtakes_ends_what_it_made(
    store: Store, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name == "end":
        linked(store)
    typed = token(store.service)
    before_the_write(monkeypatch, name, lambda: trade(store, typed))
    assert unlink(store.service).status == 204
    assert shown(store.service) == {}


def test_tokens_that_are_made_at_once_are_counted_all(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(domain.MAX_TOKENS - 1):
        token(store.service)
    before_the_write(monkeypatch, "add_token", lambda: token(store.service))
    assert store.service.call("POST", LINKS, {"partner_id": "store"}, user=OTHER).status == 429


# --- what orders make of it -----------------------------------------------------------------------------------------


def whose(store: Store) -> list[str]:
    return [one["detail"]["user_id"] for one in store.service.published("OrderCompleted")]


def test_an_order_is_about_whom_the_partner_was_given_that_id_for(store: Store) -> None:
    assert store.tell(completed(athlete=linked(store))).status == 200
    assert whose(store) == [OTHER]


@pytest.mark.parametrize("named", [ATHLETE, "at_", "at_" + "A" * 26, "at_" + "1" * 26, 7])
def test_what_is_no_id_of_a_link_is_refused_with_a_hint(store: Store, named: Any) -> None:
    refused = store.tell(completed(athlete=named))
    assert (refused.status, [one["pointer"] for one in refused.body["errors"]]) == (422, ["#/data/athlete_id"])
    if isinstance(named, str):
        assert "POST /partner/v1/links" in refused.body["errors"][0]["detail"]


def test_an_id_of_stadion_is_taken_nowhere(store: Store) -> None:
    refused = store.tell(completed(athlete=None, user_id=ATHLETE))
    assert (refused.status, [one["pointer"] for one in refused.body["errors"]]) == (422, ["#/data/user_id"])


def test_an_id_that_was_another_partners_or_nobodys_is_refused_and_keeps_nothing(store: Store, other: Store) -> None:
    theirs, before = linked(store), other.service.items()
    for named in (theirs, "at_" + "a" * 26):
        refused = other.tell(completed(athlete=named))
        assert (refused.status, refused.body["code"]) == (422, "athlete_not_linked")
    assert other.service.items() == before


def test_an_order_of_one_who_has_unlinked_the_partner_is_a_guests_and_says_so(store: Store) -> None:
    athlete_id = linked(store)
    unlink(store.service)
    answer = store.tell(completed(athlete=athlete_id))
    assert (answer.status, answer.body["outcome"]) == (200, "accepted")
    assert [(one["pointer"], one["code"]) for one in answer.body["ignored"]] == [
        ("#/data/athlete_id", "athlete_was_unlinked")
    ]
    assert whose(store) == [NOBODY]


def test_unlinking_in_the_middle_of_an_order_makes_it_a_guests(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from partners.orders import store as orders

    athlete_id, save, done = linked(store), orders.save, []

    def interrupted(*arguments: Any, **named: Any) -> None:
        if not done:
            done.append(unlink(store.service))
        save(*arguments, **named)

    monkeypatch.setattr(orders, "save", interrupted)
    assert store.tell(completed(athlete=athlete_id)).body["ignored"][0]["code"] == "athlete_was_unlinked"
    assert whose(store) == [NOBODY]


def test_lines_are_named_by_the_catalogue_and_never_by_the_order(store: Store) -> None:
    evil = "Buy at https://evil.example"
    store.put("8736421", SHOES)
    lines = [
        {"sku": "8736421", "quantity": 1, "price_minor": 1, "name": evil},
        {"sku": "evil.example", "quantity": 1, "price_minor": 1, "name": evil, "wear_category": "bike"},
    ]
    answer = store.tell(completed(lines=lines, total_minor=2, discount_minor=0))
    assert [(one["pointer"], one["code"]) for one in answer.body["ignored"]] == [
        ("#/data/lines/0/name", "name_is_the_catalogues"),
        ("#/data/lines/1/name", "name_is_the_catalogues"),
    ]
    [event] = store.service.published("OrderCompleted")
    told = event["detail"]["data"]["lines"]
    assert [(one.get("name"), one.get("brand")) for one in told] == [("Kiprun KD900.2", "Kiprun"), (None, None)]
    assert evil not in json.dumps(store.service.published())
