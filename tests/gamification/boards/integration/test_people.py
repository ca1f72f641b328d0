"""Who is on boards, and under which name, is the athlete's own answer."""

from datetime import timedelta
from typing import Any

import pytest

from gamification.boards.people.domain import MOST_HIDDEN, Hiding, Player, Shown
from gamification.boards.people.service import presence
from gamification.boards.people.store import HIDING
from stadion import clock
from tests.kit.events import entry
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event

ME = "/v1/leaderboards/me"
NAMED = Player(shown=Shown.NAMED, name="Anna")


def told(gamification: Service, **profile: Any) -> None:
    data = {"revision": 1, "language": "en", "time_zone": "UTC", **profile}
    event = entry("ProfileUpdated", data, source="accounts")
    assert gamification.invoke("athletes/on_account_events", sqs_event(event)) == {"batchItemFailures": []}


def put(gamification: Service, tag: str | None = None, **answer: Any) -> Any:
    headers = {"if_match": tag} if tag is not None else {}
    return gamification.call("PUT", ME, answer, **headers)


def test_who_was_not_asked_counts_without_a_name(gamification: Service) -> None:
    shown = gamification.call("GET", ME)
    assert shown.body == {"shown": None, "name": None, "may_be_named": False}
    gamification.enter()
    assert presence(ATHLETE, clock.now().date()).is_on
    assert presence(ATHLETE, clock.now().date()).name is None


def test_a_name_is_shown_of_adults_alone(gamification: Service) -> None:
    answered = put(gamification, shown="named", name="Anna")
    assert (answered.status, answered.body["name"], answered.body["may_be_named"]) == (200, "Anna", False)
    gamification.enter()
    today = clock.now().date()
    assert presence(ATHLETE, today).name is None, "of an age that nobody knows"
    told(gamification, birth_date=today.replace(year=today.year - 17).isoformat())
    gamification.enter()
    assert presence(ATHLETE, today).name is None
    told(gamification, revision=2, birth_date="1990-02-28")
    assert gamification.call("GET", ME).body["may_be_named"] is True
    gamification.enter()
    assert presence(ATHLETE, today).name == "Anna"


def test_a_change_names_the_version_it_changes_and_who_leaves_is_hidden_at_once(gamification: Service) -> None:
    first = put(gamification, shown="named", name="Anna")
    assert put(gamification, shown="off").status == 428
    tag = first.headers["ETag"]
    assert put(gamification, tag, shown="off").body["shown"] == "off"
    assert put(gamification, tag, shown="anonymous").status == 412
    gamification.enter()
    hiding, now = HIDING.find() or Hiding(), clock.now()
    assert hiding.is_gone(ATHLETE, now)
    assert not hiding.is_gone(OTHER, now)
    assert len(gamification.published("BoardPresenceChanged")) == 2


def test_who_comes_back_is_hidden_no_more(gamification: Service) -> None:
    tag = put(gamification, shown="off").headers["ETag"]
    put(gamification, tag, shown="anonymous")
    gamification.enter()
    hiding, now = HIDING.find() or Hiding(), clock.now()
    assert (hiding.is_gone(ATHLETE, now), hiding.is_nameless(ATHLETE, now)) == (False, False)


def test_an_old_name_stays_hidden_however_quickly_one_changes_ones_mind(gamification: Service) -> None:
    for answers in (
        [{"shown": "off"}, {"shown": "anonymous"}],
        [{"shown": "anonymous"}, {"shown": "named", "name": "Runner"}],
        [{"shown": "named", "name": "Runner"}, {"shown": "anonymous"}],
    ):
        tag = put(gamification, "*", shown="named", name="Anna Old").headers["ETag"]
        for answer in answers:
            tag = put(gamification, tag, **answer).headers["ETag"]
        gamification.enter()
        assert (HIDING.find() or Hiding()).is_nameless(ATHLETE, clock.now()), answers


def test_whoever_leaves_can_leave_though_half_the_world_does(gamification: Service) -> None:
    hiding, now = Hiding(), clock.now()
    for number in range(3 * MOST_HIDDEN):
        hiding = hiding.after(f"{number:036}", NAMED, Player(shown=Shown.OFF), now + timedelta(days=1), now)
    assert hiding.is_gone(f"{3 * MOST_HIDDEN - 1:036}", now)
    assert len(hiding.model_dump_json()) < 45_000, "each page reads it"


def test_a_childs_name_is_hidden_before_the_stream_is_read(gamification: Service) -> None:
    put(gamification, shown="named", name="Anna")
    told(gamification, revision=2, birth_date="1990-02-28")
    gamification.enter()
    assert not (HIDING.find() or Hiding()).is_nameless(ATHLETE, clock.now())
    told(gamification, revision=3, birth_date=f"{clock.now().year - 12}-02-28")
    event = entry("BoardPresenceChanged", {"because": "birth_date"}, source="gamification")
    assert gamification.invoke("boards/on_presence_changes", sqs_event(event)) == {"batchItemFailures": []}
    gamification.enter()
    assert (HIDING.find() or Hiding()).is_nameless(ATHLETE, clock.now())


def test_who_takes_the_name_away_is_nameless_at_once(gamification: Service) -> None:
    tag = put(gamification, shown="named", name="Anna").headers["ETag"]
    put(gamification, tag, shown="anonymous")
    gamification.enter()
    hiding, now = HIDING.find() or Hiding(), clock.now()
    assert (hiding.is_gone(ATHLETE, now), hiding.is_nameless(ATHLETE, now)) == (False, True)


def test_a_name_goes_with_named_and_with_nothing_else(gamification: Service) -> None:
    for answer in ({"shown": "named"}, {"shown": "off", "name": "Anna"}, {"shown": "named", "name": "A\nB"}):
        assert [one["pointer"] for one in put(gamification, **answer).body["errors"]] == ["#/name"], answer
        refused = put(gamification, **answer)
        assert refused.status == 422, answer
    assert put(gamification, shown="named", name="я" * 41).status == 422


@pytest.mark.parametrize(
    "name",
    [
        "\u200b",
        "An\u200bna",
        "Anna\u200e",
        "\u061cAnna",
        "Anna\ufeff",
        "\u3164",
        "A\u00adnna",
        "Z" + "\u0335\u0336\u0337\u0338",
        "\U000e0041nna",
        "\ue000",
        "\u200d",
        "win at casino.com",
        "anna@example.com",
        "https://x.example",
    ],
)
def test_a_name_that_others_cannot_read_or_would_follow_is_refused(gamification: Service, name: str) -> None:
    refused = put(gamification, shown="named", name=name)
    assert (refused.status, refused.body["code"]) == (422, "request_is_invalid"), refused.body


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (" Anna  K. ", "Anna K."),
        ("Zoe\u0308", "Zo\u00eb"),
        ("\u0646\u06cc\u200c\u0645", "\u0646\u06cc\u200c\u0645"),
        ("\U0001f3c3\u200d\u2640\ufe0f", "\U0001f3c3\u200d\u2640\ufe0f"),
        ("<b>Anna</b>", "<b>Anna</b>"),
        ("\u05d0\u05b8\u05c1\u05bc", "\u05d0\u05b8\u05bc\u05c1"),
        ("42", "42"),
    ],
)
def test_a_name_is_kept_as_everybody_reads_it(gamification: Service, name: str, kept: str) -> None:
    assert put(gamification, shown="named", name=name).body["name"] == kept
