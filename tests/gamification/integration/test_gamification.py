"""XP, levels and records through the Lambda handlers."""

from typing import Any

from stadion.i18n import Language
from tests.kit.events import deleted, recorded
from tests.kit.messages import said
from tests.kit.services import OTHER, Service, sqs_event


def deliver(gamification: Service, *entries: dict[str, Any]) -> None:
    assert gamification.invoke("on_workout_events", sqs_event(*entries)) == {"batchItemFailures": []}


def xp(gamification: Service) -> int:
    return int(gamification.call("GET", "/v1/gamification/progress").body["xp"])


def effort(name: str, seconds: float) -> dict[str, Any]:
    return {"name": name, "distance_m": 5000.0, "elapsed_time_s": seconds, "start_offset_s": 0.0}


def records(gamification: Service) -> dict[str, tuple[float, str]]:
    listed = gamification.call("GET", "/v1/gamification/records").body["items"]
    return {entry["record"]: (entry["elapsed_time_s"], entry["workout_id"]) for entry in listed}


def test_half_an_hour_of_running_earns_xp_once(gamification: Service) -> None:
    run = recorded(moving_time_s=1800.0)
    deliver(gamification, run, run)
    earned = xp(gamification)
    assert earned > 0
    events = gamification.published("XpGranted")
    assert [(entry["detail"]["data"]["amount"], entry["detail"]["data"]["total"]) for entry in events] == [
        (earned, earned)
    ]


def test_a_day_counts_up_to_its_cap_in_the_athletes_own_zone(gamification: Service) -> None:
    night = {"time_zone": "Asia/Vladivostok", "moving_time_s": 50_000.0}
    deliver(gamification, recorded("w-1", started_at="2026-11-19T15:00:00Z", **night))  # the 20th in Vladivostok
    deliver(gamification, recorded("w-2", started_at="2026-11-20T10:00:00Z", **night))
    assert xp(gamification) == 300
    deliver(gamification, deleted("w-1"))
    assert xp(gamification) == 300
    deliver(gamification, deleted("w-2"))
    assert xp(gamification) == 0


def test_each_level_is_announced_once(gamification: Service) -> None:
    deliver(gamification, recorded("w-1", moving_time_s=20_000.0))
    levels = [entry["detail"]["data"]["level"] for entry in gamification.published("LevelReached")]
    assert levels == [2, 3]
    deliver(gamification, deleted("w-1"))
    deliver(gamification, recorded("w-2", moving_time_s=20_000.0))
    assert len(gamification.published("LevelReached")) == 2
    assert len(gamification.published("NotificationRequested")) == 1
    told = ("Level 3!", "You have reached level 3. Your reward: Starter badge.")
    assert said(gamification, Language.EN) == {"level_reached_with_reward": told}


def test_a_flagged_workout_earns_neither_xp_nor_records(gamification: Service) -> None:
    deliver(gamification, recorded(flags=["average_speed_too_high"], best_efforts=[effort("5k", 600.0)]))
    assert (xp(gamification), records(gamification)) == (0, {})


def test_a_faster_effort_is_the_record_and_a_slower_one_is_not(gamification: Service) -> None:
    deliver(gamification, recorded("w-1", best_efforts=[effort("5k", 1500.0)]))
    deliver(gamification, recorded("w-2", best_efforts=[effort("5k", 1400.0)]))
    deliver(gamification, recorded("w-3", best_efforts=[effort("5k", 1450.0)]))
    assert records(gamification) == {"run.5k": (1400.0, "w-2")}
    taken = [entry["detail"]["data"] for entry in gamification.published("PersonalRecordSet")]
    assert [(event["elapsed_time_s"], event["previous_time_s"]) for event in taken] == [
        (1500.0, None),
        (1400.0, 1500.0),
    ]
    assert said(gamification, Language.EN)["personal_record"][0] == "New record: 5 km in 23:20"
    assert said(gamification, Language.RU)["personal_record"][0] == "Новый рекорд: 5 км за 23:20"


def test_when_the_record_workout_goes_the_previous_best_is_the_record_again(gamification: Service) -> None:
    deliver(gamification, recorded("w-1", best_efforts=[effort("5k", 1500.0)]))
    deliver(gamification, recorded("w-2", best_efforts=[effort("5k", 1400.0)]))
    deliver(gamification, deleted("w-2"), deleted("w-2"))
    assert records(gamification) == {"run.5k": (1500.0, "w-1")}
    deliver(gamification, recorded("w-2", best_efforts=[effort("5k", 1400.0)]))
    assert records(gamification) == {"run.5k": (1500.0, "w-1")}


def test_of_equal_efforts_the_earliest_in_life_is_the_record_and_the_next_one_follows_it(gamification: Service) -> None:
    for workout_id, day in (("w-a", 3), ("w-b", 1), ("w-c", 2)):
        equal = {"started_at": f"2026-11-0{day}T08:00:00Z", "best_efforts": [effort("5k", 1400.0)]}
        deliver(gamification, recorded(workout_id, **equal))
    assert records(gamification) == {"run.5k": (1400.0, "w-b")}
    deliver(gamification, deleted("w-b"))
    assert records(gamification) == {"run.5k": (1400.0, "w-c")}


def test_a_corrected_record_falls_behind_another(gamification: Service) -> None:
    deliver(gamification, recorded("w-1", best_efforts=[effort("5k", 1400.0)]))
    deliver(gamification, recorded("w-2", best_efforts=[effort("5k", 1450.0)]))
    deliver(gamification, recorded("w-1", revision=2, best_efforts=[effort("5k", 1500.0)]))
    assert records(gamification) == {"run.5k": (1450.0, "w-2")}
    deliver(gamification, recorded("w-1", revision=3, sport_type="Ride", best_efforts=[effort("5k", 500.0)]))
    assert records(gamification) == {"run.5k": (1450.0, "w-2"), "ride.5k": (500.0, "w-1")}


def test_the_levels_are_published(gamification: Service) -> None:
    levels = gamification.call("GET", "/v1/gamification/levels").body["items"]
    assert [(level["level"], level["xp"]) for level in levels[:4]] == [(1, 0), (2, 100), (3, 300), (4, 600)]
    progress = gamification.call("GET", "/v1/gamification/progress", user=OTHER).body
    assert (progress["level"], progress["next_level_xp"], progress["next_reward"]) == (1, 100, "badge_starter")


def test_a_motor_is_no_match_for_legs(gamification: Service) -> None:
    deliver(gamification, recorded("w-1", sport_type="GravelRide", best_efforts=[effort("5k", 500.0)]))
    deliver(gamification, recorded("w-2", sport_type="EBikeRide", best_efforts=[effort("5k", 400.0)]))
    deliver(gamification, recorded("w-3", sport_type="Workout", best_efforts=[effort("5k", 300.0)]))
    assert records(gamification) == {"ride.5k": (500.0, "w-1"), "e_bike_ride.5k": (400.0, "w-2")}
