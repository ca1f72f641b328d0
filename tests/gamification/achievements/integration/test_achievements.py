"""Achievements through the Lambda handlers, by the catalogue as it is shipped."""

from typing import Any

import pytest

from gamification.achievements.rules import service as rules
from gamification.achievements.rules.catalogue import catalogue
from stadion.i18n import Language
from tests.gamification.achievements.books import count, rule
from tests.kit.clock import Clock
from tests.kit.events import deleted, entry, recorded
from tests.kit.messages import said
from tests.kit.services import OTHER, Service, sqs_event

BASE = "/v1/gamification/achievements"
TODAY = "2026-11-21T06:30:00Z"


def deliver(gamification: Service, *entries: dict[str, Any]) -> None:
    assert gamification.invoke("on_workout_events", sqs_event(*entries)) == {"batchItemFailures": []}


def one(gamification: Service, name: str, **headers: str) -> dict[str, Any]:
    return dict(gamification.call("GET", f"{BASE}/{name}", **headers).body)


def every(gamification: Service, **more: Any) -> list[dict[str, Any]]:
    found, cursor = [], None
    while True:
        query = {"limit": "30", **({"cursor": cursor} if cursor else {})}
        page = gamification.call("GET", BASE, query=query, **more).body
        found += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def test_the_list_is_the_catalogue_without_what_is_hidden(gamification: Service) -> None:
    listed = every(gamification)
    assert [one["achievement_id"] for one in listed] == [rule.id for rule in catalogue() if not rule.hidden]
    assert not any(one["is_earned"] for one in listed)
    first = listed[0]
    assert (first["title"], first["progress"]) == (
        "First steps",
        {"value": 0, "target": 1, "window": "ever", "unit": "count"},
    )
    assert first["icon_svg"].startswith("<svg ")


def test_a_workout_earns_and_its_deletion_takes_back(gamification: Service) -> None:
    deliver(gamification, recorded("w-1", distance_m=12_000.0))
    held = {one["achievement_id"] for one in every(gamification) if one["is_earned"]}
    assert held >= {"first_steps", "first_run", "run_10k"}
    assert one(gamification, "run_10k")["earned"][0]["workout_id"] == "w-1"
    assert one(gamification, "run_distance")["progress"]["value"] == 12_000
    assert not [one for one in every(gamification, user=OTHER) if one["is_earned"]]
    deliver(gamification, deleted("w-1"))
    assert not [one for one in every(gamification) if one["is_earned"]]
    assert one(gamification, "run_distance")["progress"]["value"] == 0


@pytest.mark.parametrize("days", [5, 60])
def test_a_replay_of_long_ago_is_no_news(gamification: Service, standing_clock: Clock, days: int) -> None:
    """As streaks and goals of workouts from before them come: with the moment at which they were told, then."""
    standing_clock.advance(days=days)
    runs = [recorded(f"w-{day}", started_at=f"2026-11-{day}T05:40:00Z") for day in (18, 19, 20)]
    for again in (sqs_event(*runs, replay="old"), sqs_event(*runs)):
        assert gamification.invoke("on_workout_events", again) == {"batchItemFailures": []}
    assert one(gamification, "welcome_week")["is_earned"]
    assert bool(gamification.published("NotificationRequested")) is (days == 5)
    assert bool(gamification.published("RewardGranted")) is (days == 5)


def test_what_was_earned_in_another_week_asks_for_nothing_more(gamification: Service) -> None:
    deliver(gamification, *(recorded(f"w-{day}", started_at=f"2025-11-{day}T05:40:00Z") for day in (17, 18, 19)))
    earned = one(gamification, "welcome_week")
    assert (earned["is_earned"], earned["progress"]["value"], earned["progress"]["target"]) == (True, 0, None)


def test_what_is_hidden_is_there_when_it_is_earned(gamification: Service) -> None:
    assert gamification.call("GET", f"{BASE}/pi_run").status == 404
    assert gamification.call("GET", f"{BASE}/no_such_thing").status == 404
    deliver(gamification, recorded("w-1", distance_m=3_141.6))
    assert one(gamification, "pi_run")["is_earned"]
    assert gamification.call("GET", f"{BASE}/pi_run", user=OTHER).status == 404


def test_it_is_said_in_the_readers_language_and_units(gamification: Service) -> None:
    russian = one(gamification, "run_distance", accept_language="ru")
    assert (russian["title"], russian["levels"][0]["goal"]) == ("Дорога под ногами", "50\xa0км")
    assert "бег" in russian["rule"]
    assert [level["goal"] for level in one(gamification, "hours", accept_language="ru")["levels"]] == [
        "10\xa0ч",
        "100\xa0ч",
        "500\xa0ч",
        "1\xa0000\xa0ч",
    ]
    assert "5 км не дольше 25\xa0мин" in one(gamification, "five_k_25", accept_language="ru")["rule"]
    assert one(gamification, "ultra", accept_language="ru")["rule"].endswith("после: Марафонец."), "and not: marathon"
    profile = {"display_name": "A", "language": "en", "time_zone": "UTC", "units": "imperial", "revision": 2}
    updated = entry("ProfileUpdated", {**profile, "changed": ["units"]}, source="accounts")
    assert gamification.invoke("athletes/on_account_events", sqs_event(updated)) == {"batchItemFailures": []}
    assert one(gamification, "run_distance")["levels"][0]["goal"] == "31.1\xa0mi"


def test_what_it_needs_is_said_by_its_title_and_what_is_hidden_not_at_all(
    gamification: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert one(gamification, "ultra")["rule"].endswith("; after: Marathoner.")
    assert one(gamification, "ultra", accept_language="ru")["rule"].endswith("; после: Марафонец.")
    secret = rule("secret_run", **count(1, families=["run"]), hidden=True)
    monkeypatch.setattr(rules, "catalogue", lambda: (secret, rule("open", **count(9), needs=["secret_run"])))
    rules.forget()
    assert one(gamification, "open")["rule"].endswith("; after: one that is hidden.")
    deliver(gamification, recorded())
    assert one(gamification, "open")["rule"].endswith("; after: secret_run.")


def test_an_answer_is_not_sent_again_before_something_changes(gamification: Service) -> None:
    first = gamification.call("GET", BASE)
    assert gamification.call("GET", BASE, if_none_match=first.etag).status == 304
    assert gamification.call("GET", BASE, if_none_match=first.etag, accept_language="ru").status == 200
    deliver(gamification, recorded("w-1"))
    assert gamification.call("GET", BASE, if_none_match=first.etag).status == 200


@pytest.mark.parametrize("cursor", ["nonsense", "WyJhIix7fV0"])
def test_a_cursor_of_nothing_is_refused(gamification: Service, cursor: str) -> None:
    assert gamification.call("GET", BASE, query={"cursor": cursor}).status == 400


def test_one_message_tells_of_all_that_a_workout_earned(gamification: Service) -> None:
    deliver(gamification, recorded("w-1", distance_m=4_000.0))
    told = said(gamification, Language.EN)
    assert told["achievements_unlocked"][0] == "2 achievements: First steps and more"
    asked = [one["detail"]["data"]["template"] for one in gamification.published("NotificationRequested")]
    assert asked.count("achievements_unlocked") == 1
    assert "achievement_unlocked" not in asked
