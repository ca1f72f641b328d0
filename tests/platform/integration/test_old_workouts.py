"""What is old moves totals in silence: an imported diary, and workouts that are measured anew, make no messages."""

import ast
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.contracts.messages import gather
from local.contracts.services import FUNCTIONS
from stadion.events.workouts import NEWS_FOR
from tests.kit.events import deleted, recorded
from tests.kit.services import Service, sqs_event

OCCURRED = datetime(2026, 11, 20, 6, 20, tzinfo=UTC)
"""When the events of the kit say that they happened."""
OLD = (OCCURRED - NEWS_FOR - timedelta(seconds=1)).isoformat()
LAST_NEWS = (OCCURRED - NEWS_FOR).isoformat()
LEVELS = {"level_reached", "level_reached_with_reward"}
FROM_WORKOUTS = {*LEVELS, "personal_record", "personal_records", "gear_wear", "gear_worn_out"}
FROM_WORN_GEAR = {"promo_offer", "promo_reminder"}
"""They follow `GearWearReached`, or a campaign."""
QUESTIONS = {"sport_guessed", "sport_unknown", "upload_ready", "upload_failed", "uploads_ended", "ftp_may_be_higher"}
"""Of a recording, by the same rule: `tests/workouts/guesses`, `tests/workouts/news`, `tests/telemetry/metrics`; that a
file could not be taken in is always news."""
ELSEWHERE = {"welcome", "digest"}
PLAY = ("achievement", "goal", "streak")
"""How the names of what play tells of workouts begin: by the same rule, and not by every fresh diary."""
SERVICES_THAT_TELL = {"gamification", "inventory"}


def effort(name: str, distance_m: float, seconds: float) -> dict[str, Any]:
    return {"name": name, "distance_m": distance_m, "elapsed_time_s": seconds, "start_offset_s": 0.0}


EFFORTS = [effort("1k", 1000.0, 250.0), effort("5k", 5000.0, 1400.0)]


def deliver(services: Iterable[Service], *events: dict[str, Any]) -> None:
    for service in services:
        for event in events:
            assert service.invoke("on_workout_events", sqs_event(event)) == {"batchItemFailures": []}


def told(services: Iterable[Service], *, leaving_out: tuple[str, ...] = ()) -> Counter[str]:
    """Names of messages, but those that begin so."""
    return Counter(
        name
        for service in services
        for name in (one["detail"]["data"]["template"] for one in service.published("NotificationRequested"))
        if not (leaving_out and name.startswith(leaving_out))
    )


def shoes(inventory: Service, **fields: Any) -> str:
    new = {"category": "running_shoes", "limit": 100, **fields}
    return str(inventory.call("POST", "/v1/gear", new).body["gear_id"])


def diary(gear: list[str], start: str, count: int = 8) -> list[dict[str, Any]]:
    """Each run a little faster than the one before, 20 km in each pair of shoes."""
    first = datetime.fromisoformat(start)
    return [
        recorded(
            f"w-{number}",
            started_at=(first - timedelta(days=count - 1 - number)).isoformat(),
            moving_time_s=9000.0,
            elapsed_time_s=9000.0,
            distance_m=20_000.0,
            gear_ids=gear,
            best_efforts=[effort(e["name"], e["distance_m"], e["elapsed_time_s"] - number) for e in EFFORTS],
        )
        for number in range(count)
    ]


@pytest.fixture
def services(gamification: Service, inventory: Service) -> tuple[Service, Service]:
    return gamification, inventory


def test_every_message_is_known_to_come_from_workouts_or_not_to() -> None:
    """A new one is to be sorted in, and if it comes from workouts, to be provoked below by an old one."""
    known = {name for name in gather(FUNCTIONS) if not name.startswith(PLAY)}
    assert known == FROM_WORKOUTS | FROM_WORN_GEAR | QUESTIONS | ELSEWHERE


def test_whoever_tells_of_a_workout_asks_the_one_rule() -> None:
    def names(path: Any) -> set[str]:
        return {
            node.id for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path))) if isinstance(node, ast.Name)
        }

    hearing = {path for path in FUNCTIONS.rglob("on_workout_events.py") if path.parent.name in SERVICES_THAT_TELL}
    assert len(hearing) == len(SERVICES_THAT_TELL)
    assert [path for path in hearing if "is_news" not in names(path)] == []


def test_a_fresh_diary_provokes_every_message_that_comes_from_workouts(services: tuple[Service, Service]) -> None:
    last = recorded("w-9", started_at=LAST_NEWS, best_efforts=[effort("1k", 1000.0, 200.0)])
    deliver(services, *diary([shoes(services[1])], OCCURRED.isoformat()), last)
    assert told(services, leaving_out=PLAY).keys() == FROM_WORKOUTS
    assert told(services)["achievements_unlocked"]


def test_an_imported_diary_moves_everything_and_tells_nothing(services: tuple[Service, Service]) -> None:
    gamification, inventory = services
    worn = shoes(inventory)
    deliver(services, *diary([worn], OLD), *diary([worn], OLD))
    assert inventory.call("GET", f"/v1/gear/{worn}").body["wear"]["percent"] == 160
    progress = gamification.call("GET", "/v1/gamification/progress").body
    assert progress["level"] > 3
    records = gamification.call("GET", "/v1/gamification/records").body["items"]
    assert {one["workout_id"] for one in records} == {"w-7"}
    assert len(gamification.published("PersonalRecordSet")) > 2  # facts stay facts
    assert (told(services), inventory.published("GearWearReached")) == (Counter(), [])


def test_what_an_import_brought_is_announced_once_with_the_next_fresh_workout(
    services: tuple[Service, Service],
) -> None:
    gamification, inventory = services
    gear = [shoes(inventory), shoes(inventory)]
    deliver(services, *diary(gear, OLD))
    deliver(services, recorded("today", gear_ids=gear[:1]), recorded("again", gear_ids=gear[:1]))
    assert told(services, leaving_out=PLAY) == {"level_reached_with_reward": 1, "gear_worn_out": 1}
    level = gamification.call("GET", "/v1/gamification/progress").body["level"]
    asked = gamification.published("NotificationRequested")[0]["detail"]["data"]
    assert asked["values"]["level"] == level
    levels = [entry["detail"]["data"]["level"] for entry in gamification.published("LevelReached")]
    assert levels == list(range(2, level + 1))


def test_measured_anew_old_workouts_tell_nothing_whatever_they_move(services: tuple[Service, Service]) -> None:
    """Wear falls below a threshold that was told, and comes back: the next fresh workout tells it no second time."""
    gamification, inventory = services
    worn = shoes(inventory)
    fresh = recorded("today", gear_ids=[worn], distance_m=5_000.0, best_efforts=EFFORTS)
    deliver(services, *diary([worn], OLD, count=4), fresh)
    before = told(services)
    fields = {"gear_ids": [worn], "started_at": OLD}
    deliver(services, recorded("w-0", revision=2, distance_m=1_000.0, **fields))
    deliver(
        services, recorded("w-0", revision=3, distance_m=21_000.0, best_efforts=[effort("5k", 5000.0, 900.0)], **fields)
    )
    deliver(services, recorded("tomorrow", gear_ids=[worn], distance_m=1_000.0))
    assert told(services) == before == {"level_reached_with_reward": 1, "gear_wear": 1}
    assert gamification.call("GET", "/v1/gamification/records").body["items"][-1]["elapsed_time_s"] == 900.0


def test_a_real_recrossing_is_news_after_an_old_workout_was_deleted(services: tuple[Service, Service]) -> None:
    _, inventory = services
    worn = shoes(inventory)
    deliver([inventory], *diary([worn], OLD, count=3), recorded("today", gear_ids=[worn], distance_m=21_000.0))
    gone = deleted("w-0")
    gone["detail"]["data"]["started_at"] = OLD
    deliver([inventory], gone)
    assert told([inventory]) == {"gear_wear": 1}
    deliver([inventory], recorded("tomorrow", gear_ids=[worn], distance_m=20_000.0))
    reached = [entry["detail"]["data"] for entry in inventory.published("GearWearReached")]
    assert [(one["threshold_percent"], one["crossing"]) for one in reached] == [(50, 1), (80, 1), (80, 2)]


def test_the_rule_looks_at_the_event_and_not_at_the_clock(services: tuple[Service, Service]) -> None:
    """Delivered years late, or replayed, an event says what it said."""
    late = diary([shoes(services[1])], LAST_NEWS, count=1)
    late[0]["detail"]["occurred_at"] = "2016-11-20T06:20:00.000Z"
    late[0]["detail"]["data"]["workout"]["started_at"] = "2016-11-20T05:00:00Z"
    deliver(services, *late)
    assert told(services, leaving_out=PLAY) == {"level_reached": 1, "personal_records": 1}
