"""The inbox asks which sport it was, once."""

from datetime import UTC, datetime
from typing import Any

import pytest

from stadion.i18n import Language
from stadion.sports import SportType
from tests.kit.clock import Clock
from tests.kit.messages import said
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.workouts.recordings.unit import samples
from tests.workouts.uploads.integration.test_uploads import upload, workout
from workouts.recordings.measures.guess import _LIMITS_MPS

BEGAN = datetime(2026, 5, 1, 6, tzinfo=UTC)


def unnamed(speed_mps: float, *, inner: str = "") -> bytes:
    """Ten minutes of a GPX without a type."""
    points = "".join(
        samples.a_trkpt(second, lat=f"{50 + second * speed_mps / 111_195:.7f}", inner=inner) for second in range(600)
    )
    return samples.a_gpx(points).replace(b"<type>running</type>", b"")


@pytest.fixture
def diary(workouts: Service, standing_clock: Clock) -> Service:
    standing_clock.set(BEGAN.replace(hour=9))
    return workouts


def saved(diary: Service, speed_mps: float = 3.0) -> str:
    ended = upload(diary, "phone.gpx", unnamed(speed_mps))
    return str(ended["workout_ids"][0])


def tell(diary: Service) -> None:
    """Every event so far, once more."""
    events = [*diary.published("WorkoutRecorded"), *diary.published("WorkoutCorrected")]
    assert diary.invoke("on_guessed_sports", sqs_event(*events))["batchItemFailures"] == []


def asked(diary: Service) -> list[dict[str, Any]]:
    return [entry["detail"]["data"] for entry in diary.published("NotificationRequested")]


@pytest.mark.parametrize(
    ("speed_mps", "sport", "code", "title"),
    [
        (3.0, "Run", "sport_by_speed", "Was it a run?"),
        (8.0, "Ride", "sport_by_speed", "Was it a ride?"),
        (0.0, "Workout", "sport_without_way", "Which sport was it?"),
    ],
)
def test_it_is_saved_at_once_with_the_reason_and_the_inbox_asks(
    diary: Service, speed_mps: float, sport: str, code: str, title: str
) -> None:
    workout_id = saved(diary, speed_mps)
    shown = workout(diary, workout_id)
    assert (shown["sport_type"], shown["sport_guessed"], shown["guessed_by"]["code"]) == (sport, True, code)
    tell(diary)
    assert [words[0] for words in said(diary, Language.EN).values()] == [title]
    assert [(one["about"], one["channels"]) for one in asked(diary)] == [({"workout_id": workout_id}, ["inbox"])]


def test_the_reason_is_in_the_readers_language(diary: Service) -> None:
    path = f"/v1/workouts/{saved(diary)}"
    english = diary.call("GET", path, accept_language="en")
    russian = diary.call("GET", path, accept_language="ru")
    assert "is usual for Running" in english.body["guessed_by"]["detail"]
    assert "обычна для вида «Бег»" in russian.body["guessed_by"]["detail"]
    assert english.etag != russian.etag


def test_it_counts_like_a_named_one(diary: Service) -> None:
    saved(diary)
    (recorded,) = diary.published("WorkoutRecorded")
    facts = recorded["detail"]["data"]["workout"]
    assert (facts["sport_type"], facts["flags"]) == ("Run", [])


def test_of_all_that_is_told_again_it_is_one_message(diary: Service, notifications: Service) -> None:
    workout_id = saved(diary)
    upload(diary, "watch.gpx", unnamed(3.0, inner="<extensions><hr>150</hr></extensions>"), on_duplicate="merge")
    diary.call("PATCH", f"/v1/workouts/{workout_id}", {"name": "Lunch"}, if_match="*")
    tell(diary)
    tell(diary)
    requests = diary.published("NotificationRequested")
    assert len(requests) > 2
    notifications.enter()
    notifications.invoke("on_notification_requests", sqs_event(*requests, *requests))
    inbox = notifications.call("GET", "/v1/notifications", user=ATHLETE).body["items"]
    assert [one["about"] for one in inbox] == [{"workout_id": workout_id}]


def test_another_file_that_names_the_sport_ends_the_guess(diary: Service) -> None:
    workout_id = saved(diary)
    hiked = unnamed(3.0, inner="<extensions><hr>150</hr></extensions>").replace(b"<trk>", b"<trk><type>hiking</type>")
    upload(diary, "watch.gpx", hiked, on_duplicate="merge")
    shown = workout(diary, workout_id)
    assert (shown["sport_type"], shown["sport_guessed"], shown["guessed_by"]) == ("Hike", False, None)
    tell(diary)
    assert asked(diary) == []


def test_who_has_answered_or_deleted_it_is_not_asked(diary: Service) -> None:
    answered, deleted = saved(diary), saved(diary, 8.0)
    named = diary.call("PATCH", f"/v1/workouts/{answered}", {"sport_type": "Run"}, if_match="*").body
    assert (named["sport_guessed"], named["guessed_by"]) == (False, None)
    diary.call("DELETE", f"/v1/workouts/{deleted}", if_match="*")
    tell(diary)
    assert asked(diary) == []


@pytest.mark.parametrize(("days", "is_asked"), [(13, True), (15, False)])
def test_nobody_is_asked_about_a_workout_of_more_than_two_weeks_ago(
    diary: Service, standing_clock: Clock, days: int, *, is_asked: bool
) -> None:
    standing_clock.advance(days=days)
    saved(diary)
    tell(diary)
    assert bool(asked(diary)) is is_asked


def test_a_recording_that_names_its_sport_is_no_question(diary: Service) -> None:
    upload(diary, "phone.gpx", samples.a_gpx("".join(samples.a_trkpt(second) for second in range(60))))
    tell(diary)
    assert asked(diary) == []


def test_every_sport_that_is_guessed_has_its_words() -> None:
    assert {one[0] for one in _LIMITS_MPS} == {SportType.WALK, SportType.RUN, SportType.RIDE}
