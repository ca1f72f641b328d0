"""What reaches a person is whole: an SMS keeps its code and its way out, a mail its lines, a link its bytes."""

import html
import json
import re
from typing import Any

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from stadion.sms import MOST_OF_A_WAY_OUT, MOST_PARTS, parts
from tests.kit.clock import Clock
from tests.kit.events import entry
from tests.kit.services import Service, sqs_event
from tests.notifications.integration.messages.world import (
    NOON,
    OFFER,
    ask,
    choose,
    deliver,
    mails,
    offered,
    pushes,
    requested,
    wake,
)

CODE = "RUN-7F3K-9QXD"
WORD = {"en": "running shoes for wet autumn days ", "ru": "беговые кроссовки для сырой осени "}
LINK = "https://store.example/p?q=caf%E9&flag&sig=a%2Bb+c&it='s#top"


def messages() -> list[str]:
    return [message for _, message in sns_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].sms_messages.values()]


@pytest.fixture
def anna(anna: Service) -> Service:
    """Whose phone was proved."""
    contact = {"revision": 2, "email": "anna@example.org", "phone": "+79161234567", "phone_verified": True}
    anna.invoke("on_account_events", sqs_event(entry("ContactChanged", contact, source="accounts")))
    return anna


def in_russian(service: Service) -> None:
    known = {"revision": 2, "changed": ["language"], "language": "ru", "time_zone": "UTC"}
    service.invoke("on_account_events", sqs_event(entry("ProfileUpdated", known, source="accounts")))


def texted(service: Service, **values: Any) -> str:
    ask(service, offered(channels=["sms"], values={**OFFER, "code": CODE, **values}))
    deliver(service)
    [message] = messages()
    return message


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("times", [1, 3, 9, 14])
def test_an_sms_keeps_its_code_and_a_way_out_and_is_shortened_at_a_word(
    anna: Service, language: str, times: int
) -> None:
    if language == "ru":
        in_russian(anna)
    text = {name: (word * times).strip() for name, word in WORD.items()}
    message = texted(anna, text=text)
    title, body, code, _ = message.split("\n")
    assert title == OFFER["title"][language]
    assert code.endswith(f": {CODE}")
    assert parts(message) <= MOST_PARTS
    said = re.sub(r"(\.\.\.|…)$", "", body)
    assert text[language].startswith(said)
    assert text[language][len(said) :][:1] in {"", " "}
    assert (said == text[language]) == (parts(message.replace(body, text[language])) <= MOST_PARTS)


def test_a_title_too_long_for_an_sms_is_shortened_after_the_text(anna: Service) -> None:
    message = texted(anna, title=dict.fromkeys(WORD, "t " * 400), text=WORD)
    assert parts(message) <= MOST_PARTS
    assert f": {CODE}\n" in message


def test_the_way_out_of_an_sms_is_short_and_ends_sms_alone(anna: Service) -> None:
    link = texted(anna).rpartition("\n")[2].partition(" ")[2]
    assert len(link.removeprefix("https://api.stadion.test")) <= MOST_OF_A_WAY_OUT - 60
    path, _, token = link.removeprefix("https://api.stadion.test").partition("?token=")
    assert anna.call("GET", path, query={"token": token}, user=None).status == 200
    assert anna.call("POST", path, query={"token": token}, user=None).status == 200
    channels = anna.call("GET", "/v1/notifications/preferences").body["channels"]["marketing"]
    assert channels == {"inbox": True, "push": True, "email": True, "sms": False}


@pytest.mark.parametrize("place", [0, 10, 22, 23, 30, -1])
def test_a_short_way_out_that_somebody_changed_does_nothing(anna: Service, place: int) -> None:
    token = texted(anna).rpartition("token=")[2]
    letter = "a" if token[place] != "a" else "b"
    forged = token[:place] + letter + (token[place + 1 :] if place != -1 else "")
    assert anna.call("POST", "/v1/unsubscribe", query={"token": forged}, user=None).status == 400


def test_a_link_reaches_a_mail_byte_for_byte(anna: Service) -> None:
    ask(anna, offered(about={"offer_id": "o-1", "deeplink": LINK}))
    deliver(anna)
    [sent] = mails()
    assert LINK in [html.unescape(found) for found in re.findall(r'href="([^"]*)"', sent.body)]
    [push] = pushes()
    assert json.loads(push["APNS"])["about"]["deeplink"] == LINK


def test_a_digest_has_a_line_for_each_message_and_says_how_many_more_there_are(anna: Service, now: Clock) -> None:
    choose(anna, rhythm={"gear": "daily"})
    for number in range(12):
        values = {"name": f"Shoe {number}", "percent": 80, "used": 561, "limit": 700, "unit": "km"}
        ask(anna, requested(f"r-{number}", values=values, channels=["email"]))
    for _ in range(2):
        deliver(anna)
    now.set(NOON.replace(hour=18))
    wake(anna)
    deliver(anna)
    [sent] = mails()
    lines = re.findall("<li>(.*?)</li>", sent.body)
    assert len(lines) == 11
    assert ("Shoe 11" in lines[9], lines[10]) == (True, "and 2 more in the app")
