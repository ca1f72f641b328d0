"""Goals through the Lambda handlers."""

import random
from typing import Any
from uuid import uuid4

import pytest

from gamification.goals import service
from stadion.i18n import Language
from tests.kit.clock import Clock
from tests.kit.events import deleted, entry, recorded
from tests.kit.messages import said
from tests.kit.services import OTHER, Answer, Service, sqs_event

PATH = "/v1/gamification/goals"
TEN_KM: dict[str, Any] = {"metric": "distance", "period": "week", "sport_family": "run", "target": 10_000}


def if_match(tag: str) -> dict[str, Any]:
    return {"If-Match": tag}


def deliver(gamification: Service, *entries: dict[str, Any]) -> None:
    assert gamification.invoke("on_workout_events", sqs_event(*entries)) == {"batchItemFailures": []}


def put(gamification: Service, goal_id: str | None = None, **fields: Any) -> Answer:
    return gamification.call("PUT", f"{PATH}/{goal_id or uuid4()}", TEN_KM | fields)


def value(gamification: Service, goal_id: str, **how: Any) -> float:
    return float(gamification.call("GET", f"{PATH}/{goal_id}", **how).body["progress"]["value"])


def told(gamification: Service) -> list[str]:
    asked = (one["detail"]["data"]["template"] for one in gamification.published("NotificationRequested"))
    return [template for template in asked if template.startswith("goal")]


def test_a_goal_that_is_set_in_mid_week_counts_what_the_week_has(gamification: Service, standing_clock: Clock) -> None:
    deliver(gamification, recorded(distance_m=6_400.25), recorded(sport_type="Ride", distance_m=30_000.0))
    made = put(gamification)
    assert (made.status, made.etag) == (200, '"1"')
    progress = made.body["progress"]
    assert (progress["first_day"], progress["last_day"]) == ("2026-11-16", "2026-11-22")
    assert (progress["value"], progress["missing"], progress["is_reached"]) == (6400.25, 3599.75, False)
    assert (made.body["sports"], made.body["unit"]) == ("Running", "m")


def test_the_workout_that_reaches_it_is_told_once_and_not_again_after_a_dip(
    gamification: Service, standing_clock: Clock
) -> None:
    made = put(gamification)
    first, second = recorded("w-1", distance_m=6_000.0), recorded("w-2", distance_m=5_000.0)
    deliver(gamification, first)
    assert told(gamification) == []
    deliver(gamification, second, second)
    assert told(gamification) == ["goal_of_distance"]
    assert said(gamification, Language.EN)["goal_of_distance"] == (
        "Weekly goal reached: 10\N{NO-BREAK SPACE}km",
        "Running: you have done what you set out to do.",
    )
    assert "Недельная цель достигнута" in said(gamification, Language.RU)["goal_of_distance"][0]
    deliver(gamification, deleted("w-2"))
    assert value(gamification, made.body["goal_id"]) == 6000
    deliver(gamification, recorded("w-3", distance_m=9_000.0))
    assert told(gamification) == ["goal_of_distance"]


def test_corrections_and_deletions_move_it_exactly_in_any_order(gamification: Service, standing_clock: Clock) -> None:
    made = put(gamification, sport_family=None)
    events = [
        recorded("w-1", distance_m=1_000.5),
        recorded("w-1", revision=2, distance_m=2_000.25),
        recorded("w-2", distance_m=3_000.0),
        deleted("w-2"),
        recorded("w-3", distance_m=100.0),
        recorded("w-3", revision=2, distance_m=100.0, flags=["average_speed_too_high"]),
    ]
    events += events
    random.Random(7).shuffle(events)
    for event in events:
        deliver(gamification, event)
    assert value(gamification, made.body["goal_id"]) == 2_000.25


def test_goals_of_every_metric(gamification: Service, standing_clock: Clock) -> None:
    goals = {metric: put(gamification, metric=metric, target=7) for metric in ("moving_time", "ascent", "workouts")}
    goals["xp"] = put(gamification, metric="xp", target=7, period="month")
    deliver(gamification, recorded(moving_time_s=1790.0, ascent_m=42.5))
    found = {metric: value(gamification, made.body["goal_id"]) for metric, made in goals.items()}
    xp = gamification.call("GET", "/v1/gamification/progress").body["xp"]
    assert found == {"moving_time": 1790.0, "ascent": 42.5, "workouts": 1.0, "xp": xp}
    assert told(gamification) == ["goals_reached"]
    assert said(gamification, Language.EN)["goals_reached"][0] == "3 goals reached"


def test_a_goal_that_is_reached_from_the_start_is_no_news(gamification: Service, standing_clock: Clock) -> None:
    deliver(gamification, recorded(distance_m=12_000.0))
    assert put(gamification).body["progress"]["is_reached"]
    deliver(gamification, recorded(distance_m=1_000.0))
    assert told(gamification) == []


def test_a_target_that_is_raised_after_it_was_reached_is_told_when_it_is_reached(
    gamification: Service, standing_clock: Clock
) -> None:
    path = f"{PATH}/{put(gamification).body['goal_id']}"
    deliver(gamification, recorded(distance_m=12_000.0))
    for target in (20_000, 11_000, 20_000):  # reached when it is set: no news
        assert gamification.call("PATCH", path, {"target": target}, **if_match("*")).status == 200
        deliver(gamification, recorded(distance_m=100.0))
        assert told(gamification) == ["goal_of_distance"]
    deliver(gamification, recorded("w-2", distance_m=12_000.0))
    assert told(gamification) == ["goal_of_distance"] * 2
    deliver(gamification, deleted("w-2"), recorded(distance_m=12_000.0))
    assert told(gamification) == ["goal_of_distance"] * 2


@pytest.mark.parametrize(("before", "after"), [("monday", "sunday"), ("sunday", "saturday"), ("saturday", "monday")])
def test_a_week_that_begins_on_another_day_is_told_once(
    gamification: Service, standing_clock: Clock, before: str, after: str
) -> None:
    live(gamification, 1, before)
    put(gamification)
    deliver(gamification, recorded(distance_m=12_000.0, started_at="2026-11-18T06:00:00Z"))
    live(gamification, 2, after)
    deliver(gamification, recorded(distance_m=12_000.0, started_at="2026-11-19T06:00:00Z"))
    assert told(gamification) == ["goal_of_distance"]
    standing_clock.advance(days=7)
    late = recorded(distance_m=12_000.0, started_at="2026-11-26T06:00:00Z")
    deliver(gamification, {**late, "detail": {**late["detail"], "occurred_at": "2026-11-26T08:00:00.000Z"}})
    assert told(gamification) == ["goal_of_distance"] * 2


def live(gamification: Service, revision: int, week_start: str) -> None:
    profile = {"revision": revision, "time_zone": "Europe/Berlin", "week_start": week_start, "language": "en"}
    known = entry("ProfileUpdated", profile, source="accounts")
    assert gamification.invoke("athletes/on_account_events", sqs_event(known)) == {"batchItemFailures": []}


def test_of_a_week_that_was_over_when_the_goal_was_set_nobody_is_told(
    gamification: Service, standing_clock: Clock
) -> None:
    put(gamification)
    deliver(gamification, recorded(distance_m=12_000.0, started_at="2026-11-13T06:00:00Z"))
    assert told(gamification) == []
    standing_clock.advance(days=7)
    deliver(gamification, recorded(distance_m=12_000.0))
    assert told(gamification) == ["goal_of_distance"], "it stood in the week before, whenever that is uploaded"


def test_the_same_goal_twice_is_one_and_another_with_its_id_is_refused(gamification: Service) -> None:
    goal_id = str(uuid4())
    assert put(gamification, goal_id).status == put(gamification, goal_id).status == 200
    refused = put(gamification, goal_id, target=5)
    assert (refused.status, refused.body["code"]) == (409, "goal_id_taken")
    assert len(gamification.call("GET", PATH).body["items"]) == 1


def test_an_eleventh_goal_is_refused(gamification: Service) -> None:
    for _ in range(10):
        assert put(gamification).status == 200
    refused = put(gamification)
    assert (refused.status, refused.body["code"]) == (409, "too_many_goals")


def test_a_goal_is_changed_and_removed_by_whoever_saw_it(gamification: Service) -> None:
    made = put(gamification)
    path = f"{PATH}/{made.body['goal_id']}"
    assert gamification.call("PATCH", path, {"target": 5_000}).status == 428
    changed = gamification.call("PATCH", path, {"target": 5_000}, **if_match(made.etag))
    assert (changed.status, changed.body["target"], changed.etag) == (200, 5_000, '"2"')
    assert gamification.call("PATCH", path, {"target": 1}, **if_match(made.etag)).status == 412
    assert gamification.call("PATCH", path, {"target": None}, **if_match("*")).status == 400
    assert gamification.call("PATCH", path, {"metric": "xp"}, **if_match("*")).status == 422
    assert gamification.call("DELETE", path, **if_match(made.etag)).status == 412
    assert gamification.call("DELETE", path, **if_match(changed.etag)).status == 204
    assert gamification.call("GET", path).status == 404
    assert gamification.call("DELETE", path, **if_match("*")).status == 404


@pytest.mark.parametrize(
    "fields",
    [
        {"target": 0},
        {"target": 1.5},
        {"target": True},
        {"target": 10_000_001},
        {"metric": "calories"},
        {"period": "year"},
        {"sport_family": "chess"},
        {"told": ["2026-11-16"]},
        {"revision": 9},
    ],
)
def test_a_goal_that_is_none_is_refused(gamification: Service, fields: dict[str, Any]) -> None:
    refused = put(gamification, **fields)
    assert refused.status == 422, refused.body
    assert put(gamification, "not-an-id").status == 422


def test_goals_are_nobodys_but_their_athletes(gamification: Service) -> None:
    path = f"{PATH}/{put(gamification).body['goal_id']}"
    assert gamification.call("GET", path, user=OTHER).status == 404
    assert gamification.call("PATCH", path, {"target": 5}, user=OTHER, **if_match("*")).status == 404
    assert gamification.call("GET", PATH, user=OTHER).body["items"] == []


def test_what_is_dated_ahead_does_not_count_yet(gamification: Service, standing_clock: Clock) -> None:
    made = put(gamification, period="month", target=20_000)
    deliver(gamification, recorded(started_at="2026-11-29T08:00:00Z", distance_m=15_000.0))
    assert value(gamification, made.body["goal_id"]) == 0
    standing_clock.advance(days=8)
    assert value(gamification, made.body["goal_id"]) == 15_000


def test_a_crash_before_it_was_told_is_mended_by_the_next_delivery(
    gamification: Service, standing_clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(gamification)
    run, tell = recorded(distance_m=12_000.0), service._tell
    monkeypatch.setattr(service, "_tell", lambda *_: 1 / 0)
    assert gamification.invoke("on_workout_events", sqs_event(run))["batchItemFailures"]
    monkeypatch.setattr(service, "_tell", tell)
    deliver(gamification, run)
    assert told(gamification) == ["goal_of_distance"]
