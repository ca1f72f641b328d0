"""Streaks through the Lambda handlers."""

import random
from typing import Any

import pytest

from gamification.streaks import service
from stadion.change import Change
from stadion.i18n import Language
from stadion.retry import WriteConflictError
from tests.kit.clock import Clock
from tests.kit.events import deleted, entry, recorded
from tests.kit.messages import said
from tests.kit.services import ATHLETE, OTHER, Answer, Service, sqs_event

PATH = "/v1/gamification/streaks"


def if_match(tag: str) -> dict[str, Any]:
    return {"If-Match": tag}


def deliver(gamification: Service, *entries: dict[str, Any]) -> None:
    assert gamification.invoke("on_workout_events", sqs_event(*entries)) == {"batchItemFailures": []}


def run(day: str, *, at: str = "05:40", **fields: Any) -> dict[str, Any]:
    """Told an hour after it began."""
    event = recorded(fields.pop("workout_id", f"w-{day}-{at}"), started_at=f"{day}T{at}:00Z", **fields)
    event["detail"]["occurred_at"] = f"{day}T{at}:59.000Z"
    return event


def streaks(gamification: Service, **how: Any) -> Any:
    answer = gamification.call("GET", PATH, **how)
    assert answer.status == 200
    return answer.body


def put(gamification: Service, body: Any, **headers: Any) -> Answer:
    return gamification.call("PUT", f"{PATH}/settings", body, **headers)


def test_a_run_each_week_is_a_streak_of_weeks_and_the_fourth_is_told_once(
    gamification: Service, standing_clock: Clock
) -> None:
    runs = [run(day) for day in ("2026-10-28", "2026-11-05", "2026-11-11", "2026-11-20")]
    deliver(gamification, *runs, *runs)
    found = streaks(gamification)
    assert (found["unit"], found["week"]["current"], found["week"]["freezes"]["held"]) == ("week", 4, 1)
    assert (found["week"]["at_risk"], found["week"]["keep_by"]) == (False, "2026-11-29")
    assert said(gamification, Language.EN)["streak_of_weeks"][0] == "4 weeks in a row!"
    assert said(gamification, Language.RU)["streak_of_weeks"][0] == "Недель подряд: 4!"
    told = [one["detail"]["data"]["template"] for one in gamification.published("NotificationRequested")]
    assert told.count("streak_of_weeks") == 1
    assert service.bests(ATHLETE) == {"week": 4, "day": 1}


def test_a_deleted_workout_takes_its_week_and_told_is_told(gamification: Service, standing_clock: Clock) -> None:
    days = ("2026-10-28", "2026-11-05", "2026-11-11", "2026-11-20")
    deliver(gamification, *(run(day, workout_id=f"w-{day}") for day in days))
    deliver(gamification, deleted("w-2026-11-05"))
    assert streaks(gamification)["week"]["current"] == 2
    assert service.bests(ATHLETE)["week"] == 2
    deliver(gamification, run("2026-11-04", workout_id="w-late"))
    assert (streaks(gamification)["week"]["current"], service.bests(ATHLETE)["week"]) == (4, 4)
    told = [one["detail"]["data"]["template"] for one in gamification.published("NotificationRequested")]
    assert told.count("streak_of_weeks") == 1


def test_a_correction_moves_a_workout_to_its_own_day(gamification: Service, standing_clock: Clock) -> None:
    deliver(gamification, run("2026-11-19", workout_id="w-1"), run("2026-11-20", workout_id="w-2"))
    assert streaks(gamification)["day"]["current"] == 2
    moved = {"started_at": "2026-11-20T15:00:00Z", "time_zone": "Pacific/Kiritimati"}
    deliver(gamification, recorded("w-2", revision=2, **moved))
    assert (streaks(gamification)["day"]["current"], streaks(gamification)["day"]["since"]) == (1, "2026-11-21")


def test_flagged_workouts_keep_no_streak(gamification: Service, standing_clock: Clock) -> None:
    deliver(gamification, run("2026-11-20", flags=["average_speed_too_high"]))
    assert streaks(gamification)["week"]["current"] == 0


def test_an_imported_diary_is_counted_in_silence(gamification: Service, standing_clock: Clock) -> None:
    imported = [recorded(f"w-{day}", started_at=f"2025-05-{day:02}T08:00:00Z") for day in range(1, 31)]
    deliver(gamification, *imported)
    assert streaks(gamification)["day"]["best"] == 30
    told = {one["detail"]["data"]["template"] for one in gamification.published("NotificationRequested")}
    assert not {"streak_of_weeks", "streak_of_days"} & told


def test_the_same_workouts_in_any_order_make_the_same_streaks(gamification: Service, standing_clock: Clock) -> None:
    events = [run(f"2026-11-{day:02}") for day in (1, 2, 3, 5, 6, 9, 12, 13, 20)]
    deliver(gamification, *events)
    expected = streaks(gamification)
    shuffled = [*events, *events]
    random.Random(5).shuffle(shuffled)
    for event in shuffled:
        event["detail"]["user_id"] = OTHER
    deliver(gamification, *shuffled)
    assert streaks(gamification, user=OTHER) == expected


def test_a_crash_after_the_start_was_counted_is_mended_by_the_next_delivery(
    gamification: Service, standing_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    event, told = run("2026-11-20"), service._stand
    monkeypatch.setattr(service, "_stand", lambda source: 1 / 0)
    assert gamification.invoke("on_workout_events", sqs_event(event))["batchItemFailures"]
    assert service.bests(ATHLETE) == {"week": 0, "day": 0}
    monkeypatch.setattr(service, "_stand", told)
    deliver(gamification, event)
    assert service.bests(ATHLETE) == {"week": 1, "day": 1}


def test_who_writes_between_the_look_and_the_write_is_noticed(
    gamification: Service, standing_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(gamification, run("2026-11-19"))
    commit = Change.commit
    refused: list[bool] = []

    def once(change: Change) -> None:
        if any(place.pk and place.sk == "STREAKS" for place, _, _ in change._seen) and not refused:
            refused.append(True)
            raise WriteConflictError
        commit(change)

    monkeypatch.setattr(Change, "commit", once)
    deliver(gamification, run("2026-11-20"))
    assert refused
    assert service.bests(ATHLETE)["day"] == 2


def test_the_rules_are_the_athletes_own(gamification: Service, standing_clock: Clock) -> None:
    deliver(gamification, run("2026-11-19"), run("2026-11-20"))
    first = gamification.call("GET", PATH)
    body = {"unit": "day", "days_per_week": 3, "rest_weekdays": ["sunday", "sunday", "monday"], "paused": False}
    changed = put(gamification, body, **if_match(first.etag))
    assert (changed.status, changed.body["unit"]) == (200, "day")
    assert changed.body["settings"] == {**body, "rest_weekdays": ["monday", "sunday"]}
    assert changed.body["day"]["keep_by"] == "2026-11-21"
    standing_clock.advance(days=2)  # a Monday
    assert (streaks(gamification)["day"]["current"], streaks(gamification)["day"]["keep_by"]) == (0, "2026-11-24")
    stale = put(gamification, {"paused": True}, **if_match(first.etag))
    assert (stale.status, stale.body["code"]) == (412, "version_is_stale")
    assert put(gamification, {"paused": True}).status == 428
    assert put(gamification, {"paused": True}, **if_match(changed.etag)).body["settings"]["unit"] == "week"
    assert "paused" in streaks(gamification)["week"]["why"]


@pytest.mark.parametrize(
    "body",
    [
        {"unit": "month"},
        {"days_per_week": 0},
        {"days_per_week": 8},
        {"days_per_week": 2.5},
        {"rest_weekdays": ["someday"]},
        {"rest_weekdays": ["monday"] * 8},
        {"paused": "perhaps"},
        {"freezes": 9},
        {"unit": None},
    ],
)
def test_rules_that_are_none_are_refused(gamification: Service, body: dict[str, Any]) -> None:
    refused = put(gamification, body, **if_match("*"))
    assert refused.status == 422, refused.body
    assert refused.body["errors"]


def test_whoever_chose_days_hears_of_days(gamification: Service, standing_clock: Clock) -> None:
    put(gamification, {"unit": "day"}, **if_match("*"))
    deliver(gamification, *(run(f"2026-11-{day}") for day in range(14, 21)))
    titles = said(gamification, Language.EN)
    assert titles["streak_of_days"][0] == "7 days in a row!"
    assert "streak_of_weeks" not in titles


def test_the_day_is_not_over_before_it_is_over_at_home(gamification: Service, standing_clock: Clock) -> None:
    profile = {"revision": 2, "time_zone": "Pacific/Honolulu", "week_start": "sunday", "language": "en"}
    known = entry("ProfileUpdated", profile, source="accounts")
    assert gamification.invoke("athletes/on_account_events", sqs_event(known)) == {"batchItemFailures": []}
    deliver(gamification, run("2026-11-19", time_zone="Asia/Tokyo"))
    standing_clock.advance(hours=-1)  # 07:00 on the 21st in UTC, 21:00 on the 20th in Honolulu
    found = streaks(gamification)
    assert (found["day"]["at_risk"], found["day"]["keep_by"]) == (True, "2026-11-20")
    assert found["week"]["keep_by"] == "2026-11-28"


def test_what_others_do_is_nobodys_streak_but_theirs(gamification: Service, standing_clock: Clock) -> None:
    deliver(gamification, run("2026-11-20"))
    assert streaks(gamification, user=OTHER)["week"]["current"] == 0


def test_a_streak_of_weeks_earns_its_achievement_and_a_gap_takes_it_back(
    gamification: Service, standing_clock: Clock
) -> None:
    def levels() -> int:
        path = "/v1/gamification/achievements/week_streak"
        return int(gamification.call("GET", path).body["times_earned"])

    days = ("2026-10-28", "2026-11-05", "2026-11-11", "2026-11-20")
    deliver(gamification, *(run(day, workout_id=f"w-{day}") for day in days))
    assert levels() == 1
    deliver(gamification, deleted("w-2026-11-05"))
    assert levels() == 0
