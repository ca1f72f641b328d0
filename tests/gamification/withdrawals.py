"""What gamification does with a consent: `tests/platform/integration/test_withdrawals.py`."""

from typing import Any, Final
from uuid import uuid4

from stadion.events.accounts import ConsentKind
from tests.kit.events import entry, recorded
from tests.kit.services import Service, sqs_event
from tests.kit.withdrawals import Withdrawal

HEARS: Final = "athletes/on_account_events"


def _deliver(gamification: Service, consumer: str, event: dict[str, Any]) -> None:
    assert gamification.invoke(consumer, sqs_event(event)) == {"batchItemFailures": []}


def _knows_the_body(gamification: Service) -> None:
    data = {"measured_on": "2026-11-01", "revision": 1, "threshold_heart_rate_bpm": 170}
    _deliver(gamification, HEARS, entry("PhysicalDataChanged", data, source="accounts"))


def _ran(gamification: Service) -> None:
    _knows_the_body(gamification)
    _deliver(gamification, "on_workout_events", recorded(average_heart_rate_bpm=152.0))


def _scores_by_zones(gamification: Service) -> bool:
    workout_id = str(uuid4())
    _deliver(gamification, "on_workout_events", recorded(workout_id, average_heart_rate_bpm=152.0))
    return any(one["workout_id"] == workout_id and one["basis"] != "absolute" for one in gamification.bodies("score"))


def _shows_zones(gamification: Service) -> bool:
    shown = gamification.call("GET", "/v1/gamification/xp").body["items"]
    return any(one["zone"] is not None for one in shown)


HEALTH: Final = ConsentKind.HEALTH_DATA
WITHDRAWALS: Final = (
    Withdrawal(HEALTH, HEARS, "scores by the athlete's own zones", _scores_by_zones, _knows_the_body),
    Withdrawal(HEALTH, HEARS, "shows zones of workouts", _shows_zones, _ran),
)
