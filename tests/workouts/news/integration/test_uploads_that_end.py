"""What became of an upload is told once: over the bus, and by the inbox where it is news."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stadion.i18n import Language
from tests.kit.clock import Clock
from tests.kit.messages import said
from tests.kit.services import Service, sqs_event
from tests.workouts.diary import announce, arrive
from tests.workouts.recordings.unit import samples
from workouts.uploads import store

BEGAN = datetime(2026, 5, 1, 6, tzinfo=UTC)


@pytest.fixture
def diary(diary: Service, standing_clock: Clock) -> Service:
    standing_clock.set(BEGAN.replace(hour=9))
    return diary


def a_run() -> bytes:
    """Ten minutes."""
    points = "".join(samples.a_trkpt(second, lat=f"{50 + second * 3 / 111_195:.7f}") for second in range(600))
    return samples.a_gpx(points)


def sent(diary: Service, data: bytes, name: str = "run.gpx", **fields: Any) -> dict[str, Any]:
    upload = announce(diary, name, **fields)
    arrive(diary, upload, data)
    return upload


def tell(diary: Service) -> None:
    """Every end so far, once more."""
    ended = sqs_event(*diary.published("UploadEnded"))
    assert diary.invoke("news/on_uploads_ended", ended) == {"batchItemFailures": []}


def asked(diary: Service) -> list[dict[str, Any]]:
    return [entry["detail"]["data"] for entry in diary.published("NotificationRequested")]


def test_each_end_is_told_with_what_became_of_it(diary: Service) -> None:
    ready, again, broken = sent(diary, a_run()), sent(diary, a_run()), sent(diary, b"nonsense")
    told = [entry["detail"]["data"] for entry in diary.published("UploadEnded")]
    shown = [diary.call("GET", f"/v1/uploads/{one['upload_id']}").body for one in (ready, again, broken)]
    assert [one["status"] for one in told] == ["ready", "duplicate", "failed"] == [one["status"] for one in shown]
    for name in ("upload_id", "workout_ids", "existing_workout_id"):
        assert [one[name] for one in told] == [one[name] for one in shown]
    assert [one["problem"] for one in told] == [None, None, shown[2]["problem"]["code"]]
    assert told[0]["newest_started_at"].startswith("2026-05-01T06:00:00")


def test_an_end_that_comes_twice_is_told_once(diary: Service) -> None:
    upload = sent(diary, a_run())
    arrive(diary, upload, a_run())
    assert len(diary.published("UploadEnded")) == 1
    tell(diary)
    tell(diary)
    assert len(asked(diary)) == 1


def test_the_inbox_says_that_it_is_there_or_why_not(diary: Service) -> None:
    ready, broken = sent(diary, a_run()), sent(diary, b"nonsense", "broken.fit")
    tell(diary)
    one, other = asked(diary)
    assert (one["template"], one["channels"], one["about"]["upload_id"]) == (
        "upload_ready", ["inbox"], ready["upload_id"],
    )  # fmt: skip
    assert (other["template"], other["channels"], other["about"]) == (
        "upload_failed", None, {"upload_id": broken["upload_id"]},
    )  # fmt: skip
    title, body = said(diary, Language.RU)["upload_failed"]
    assert title == "Запись не удалось принять"
    assert body.startswith("broken.fit: ")
    assert diary.call("GET", f"/v1/workouts/{one['about']['workout_id']}").status == 200


def test_what_took_longer_than_anybody_waits_rings(diary: Service, standing_clock: Clock) -> None:
    upload = announce(diary, "run.gpx")
    standing_clock.advance(minutes=3)
    arrive(diary, upload, a_run())
    tell(diary)
    assert [one["channels"] for one in asked(diary)] == [None]


def test_an_old_diary_is_imported_in_silence(diary: Service, standing_clock: Clock) -> None:
    standing_clock.advance(days=15)
    sent(diary, a_run())
    sent(diary, a_run())
    tell(diary)
    assert asked(diary) == []


def test_a_burst_is_a_few_messages_and_the_next_hour_is_another(diary: Service, standing_clock: Clock) -> None:
    for _ in range(9):
        sent(diary, b"nonsense")
    tell(diary)
    tell(diary)
    assert [one["template"] for one in asked(diary)] == ["upload_failed"] * 5 + ["uploads_ended"]
    standing_clock.advance(hours=1)
    sent(diary, b"nonsense")
    tell(diary)
    assert [one["template"] for one in asked(diary)][6:] == ["upload_failed"]
    assert len({one["request_id"] for one in asked(diary)}) == 7


def test_a_write_that_dies_tells_of_no_end(diary: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    upload = announce(diary, "run.gpx")
    with monkeypatch.context() as broken:
        broken.setattr(store, "_ended", lambda *_: 1 / 0)
        arrive(diary, upload, a_run())
    assert diary.published("UploadEnded") == []
    arrive(diary, upload, a_run())
    assert len(diary.published("UploadEnded")) == 1


def test_one_that_never_arrives_does_not_end(diary: Service, standing_clock: Clock) -> None:
    announce(diary, "run.gpx")
    standing_clock.advance(hours=2)
    assert diary.published("UploadEnded") == []
