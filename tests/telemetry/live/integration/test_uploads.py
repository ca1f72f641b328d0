"""What became of an upload comes over the athlete's open connections, and over nobody else's."""

from typing import Any

from tests.kit.events import entry
from tests.kit.services import ATHLETE, OTHER, Service
from tests.telemetry.live.integration.test_sessions_that_end import PHONE, WATCH, come
from tests.telemetry.live.integration.world import Wire, deliver

UPLOAD = "0193a1c0-7a00-7d52-8c11-3e4f5a6b7c8d"


def ended(**fields: Any) -> dict[str, Any]:
    return entry("UploadEnded", {"upload_id": UPLOAD, "status": "ready", "workout_ids": ["w"], **fields}, user=ATHLETE)


def test_all_of_the_athletes_connections_hear_and_nobody_elses(telemetry: Service, wire: Wire) -> None:
    come(telemetry, "c-phone", **PHONE)
    come(telemetry, "c-watch", **WATCH)
    come(telemetry, "c-other", user_id=OTHER, **PHONE)
    deliver(telemetry, "on_uploads", ended())
    assert {to for to, _ in wire.posted} == {"c-phone", "c-watch"}
    assert wire.to("c-phone") == [
        {
            "type": "upload.ended",
            "upload_id": UPLOAD,
            "status": "ready",
            "workout_ids": ["w"],
            "existing_workout_id": None,
            "problem": None,
        }
    ]


def test_why_it_failed_is_a_code(telemetry: Service, wire: Wire) -> None:
    come(telemetry, "c-phone", **PHONE)
    deliver(telemetry, "on_uploads", ended(status="failed", workout_ids=[], problem="bad_fit"))
    (told,) = wire.to("c-phone")
    assert (told["status"], told["problem"]) == ("failed", "bad_fit")


def test_who_is_gone_is_forgotten_and_fails_nothing(telemetry: Service, wire: Wire) -> None:
    come(telemetry, "c-phone", **PHONE)
    come(telemetry, "c-watch", **WATCH)
    wire.gone = {"c-phone"}
    deliver(telemetry, "on_uploads", ended())
    wire.gone = set()
    deliver(telemetry, "on_uploads", ended())
    assert [to for to, _ in wire.posted] == ["c-watch", "c-watch"]


def test_nobody_there_is_no_failure(telemetry: Service, wire: Wire) -> None:
    deliver(telemetry, "on_uploads", ended(), ended())
    assert wire.posted == []
