"""What the diary does with a consent: `tests/platform/integration/test_withdrawals.py`."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from stadion.events.accounts import ConsentKind
from tests.kit.services import ATHLETE, Service
from tests.kit.withdrawals import Withdrawal

HEARS: Final = "athletes/on_account_events"
BEGAN: Final = datetime(2026, 11, 20, 5, tzinfo=UTC)


def _typed(diary: Service, number: int) -> dict[str, Any]:
    body = {
        "workout_id": str(uuid4()),
        "sport_type": "Run",
        "started_at": (BEGAN - timedelta(days=number)).isoformat(),
        "elapsed_time_s": 1834,
        "average_heart_rate_bpm": 152,
    }
    answer = diary.call("POST", "/v1/workouts", body)
    assert answer.status == 201, answer.body
    return dict(answer.body)


def _ever(diary: Service) -> int:
    return len(diary.bodies("workout"))


def _takes(diary: Service) -> bool:
    from workouts import store

    made = _typed(diary, _ever(diary))
    return store.get(ATHLETE, made["workout_id"]).average_heart_rate_bpm is not None


def _measures(diary: Service) -> bool:
    from tests.workouts.recordings.unit import samples
    from tests.workouts.uploads.integration.test_uploads import upload
    from workouts import store

    inner = "<extensions><hr>150</hr></extensions>"
    points = "".join(samples.a_trkpt(second, inner=inner, lat=f"{50 + second * 3e-5:.6f}") for second in range(300))
    spaces = " " * _ever(diary)
    [workout_id] = upload(diary, "a.gpx", samples.a_gpx(points + spaces), on_duplicate="force")["workout_ids"]
    return store.get(ATHLETE, workout_id).average_heart_rate_bpm is not None


def _shows(diary: Service) -> bool:
    shown = [diary.call("GET", f"/v1/workouts/{one['workout_id']}").body for one in diary.bodies("workout")]
    listed = diary.call("GET", "/v1/workouts").body["items"]
    return any(one["average_heart_rate_bpm"] is not None for one in [*shown, *listed])


def _tells(diary: Service) -> bool:
    """Others, at the next correction."""
    workout_id = diary.bodies("workout")[0]["workout_id"]
    assert diary.call("PATCH", f"/v1/workouts/{workout_id}", {"name": str(uuid4())}, if_match="*").status == 200
    told = [one["detail"]["data"]["workout"] for one in diary.published("WorkoutCorrected")]
    return max(told, key=lambda one: one["revision"])["average_heart_rate_bpm"] is not None


def _one(diary: Service) -> None:
    _typed(diary, 0)


WITHDRAWALS: Final = (
    Withdrawal(ConsentKind.HEALTH_DATA, HEARS, "takes a heart rate that is typed in", _takes),
    Withdrawal(ConsentKind.HEALTH_DATA, HEARS, "measures the heart rate of a file", _measures),
    Withdrawal(ConsentKind.HEALTH_DATA, HEARS, "shows a heart rate", _shows, _one),
    Withdrawal(ConsentKind.HEALTH_DATA, HEARS, "tells other services of a heart rate", _tells, _one),
)
UNASKED: Final = {ConsentKind.LOCATION: "tracks are shown to the athlete alone, and told to nobody"}
