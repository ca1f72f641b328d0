"""Fifty workouts at once are one message about the level, one about records and one about achievements: the last one,
in the inbox."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.kit.clock import Clock
from tests.kit.events import recorded
from tests.kit.services import Service, sqs_event

FIRST = datetime(2026, 11, 7, 5, 40, tzinfo=UTC)
FAST = {"name": "5k", "distance_m": 5000.0, "start_offset_s": 0.0}


def workout(number: int, **fields: Any) -> dict[str, Any]:
    """An hour, every six hours, each faster than the one before."""
    start = (FIRST + timedelta(hours=6 * number)).isoformat()
    efforts = [{**FAST, "elapsed_time_s": 1800.0 - number}]
    return recorded(f"w-{number}", started_at=start, moving_time_s=3600.0, best_efforts=efforts, **fields)


def record(gamification: Service, *workouts: dict[str, Any]) -> None:
    for one in workouts:
        assert gamification.invoke("on_workout_events", sqs_event(one)) == {"batchItemFailures": []}


def tell(notifications: Service, requests: list[dict[str, Any]]) -> None:
    for one in requests:
        answer = notifications.invoke("on_notification_requests", sqs_event(one))
        assert answer == {"batchItemFailures": []}


def requested(gamification: Service) -> list[dict[str, Any]]:
    return gamification.published("NotificationRequested")


def sent_everywhere(requests: list[dict[str, Any]], template: str) -> int:
    told = [one["detail"]["data"] for one in requests]
    return sum(one["template"].startswith(template) and one["channels"] is None for one in told)


def inbox(notifications: Service) -> dict[str, Any]:
    return dict(notifications.call("GET", "/v1/notifications").body)


@pytest.mark.parametrize("seed", range(4))
def test_fifty_workouts_are_one_message_about_the_highest_level_in_whatever_order_it_is_asked_for(
    gamification: Service, notifications: Service, standing_clock: Clock, seed: int
) -> None:
    record(gamification, *(workout(number) for number in range(50)))
    level = gamification.call("GET", "/v1/gamification/progress").body["level"]
    assert level > 6
    requests = requested(gamification)
    assert len(requests) > 10
    assert [sent_everywhere(requests, kind) for kind in ("level", "personal", "achievement")] == [1, 1, 1]
    Random(seed).shuffle(requests)
    tell(notifications, [*requests, *requests])
    shown = inbox(notifications)
    titles = [note["title"] for note in shown["items"]]
    *others, of_achievements = sorted(titles, key=lambda title: "achievements" in title)
    assert sorted(others) == [f"Level {level}!", "New record: 5 km in 29:11"]
    assert int(of_achievements.split()[0]) > 10
    assert shown["unread_count"] == 3
    assert any("Your reward: Free delivery." in note["body"] for note in shown["items"])


def test_what_was_read_stays(gamification: Service, notifications: Service, standing_clock: Clock) -> None:
    record(gamification, workout(0), workout(1))
    tell(notifications, requested(gamification))
    before = len(inbox(notifications)["items"])
    assert notifications.call("POST", "/v1/notifications/read").status == 204
    record(gamification, *(workout(number) for number in range(2, 20)))
    tell(notifications, requested(gamification))
    shown = inbox(notifications)
    assert (len(shown["items"]), shown["unread_count"]) == (before + 3, 3)


def test_an_hour_later_it_is_news_again(gamification: Service, standing_clock: Clock) -> None:
    record(gamification, *(workout(number) for number in range(8)))
    standing_clock.advance(hours=1)
    record(gamification, *(workout(number) for number in range(8, 20)))
    requests = requested(gamification)
    assert (sent_everywhere(requests, "level"), sent_everywhere(requests, "personal")) == (2, 2)
