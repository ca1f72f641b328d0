"""Without the consent `health_data` a workout is measured, told and shown without what tells of the body; a grant
brings back what has a source, and a request deletes what was kept."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import numpy as np
import pytest

from stadion import claims
from stadion.streams.recorded import TIME, bundle, chunks, joined, unbundle
from tests.kit.consents import UNTOLD, consent, withdrawn
from tests.kit.events import entry
from tests.kit.services import ATHLETE, Service, sqs_event
from tests.workouts import live_sessions
from tests.workouts.diary import measure, upload, workout
from workouts import file_store, store
from workouts.domain import WorkoutFlag

RIDE = "4078723797.fit"
OF_THE_HEART = ("average_heart_rate_bpm", "max_heart_rate_bpm")
BY_HAND = {
    "sport_type": "Run",
    "started_at": "2026-11-20T08:40:00+03:00",
    "elapsed_time_s": 1834,
    "distance_m": 6400,
    "calories_kcal": 455,
    "average_heart_rate_bpm": 152,
    "max_heart_rate_bpm": 171,
}
DROPPED_BY_HAND = {"average_heart_rate_bpm", "max_heart_rate_bpm", "calories_kcal"}


@pytest.fixture(scope="session")
def ride(files: Path) -> bytes:
    return (files / RIDE).read_bytes()


def tell(diary: Service, *events: dict[str, Any]) -> None:
    for event in events:
        assert diary.invoke("athletes/on_account_events", sqs_event(event)) == {"batchItemFailures": []}


def delete(diary: Service, revision: int = 2) -> int:
    """What is kept of health data; how many messages come again."""
    return len(diary.invoke("athletes/on_health_deletions", sqs_event(asked(revision)))["batchItemFailures"])


def asked(revision: int = 2) -> dict[str, Any]:
    data = {"asked_at": "2026-11-22T00:00:00Z", "consent_revision": revision}
    return entry("HealthDataDeletionAsked", data, source="accounts")


def facts(diary: Service) -> dict[str, Any]:
    """As the newest event told them."""
    told = [one for one in diary.published() if one["detail_type"] in {"WorkoutRecorded", "WorkoutCorrected"}]
    return dict(max((one["detail"]["data"]["workout"] for one in told), key=lambda one: one["revision"]))


def columns(diary: Service) -> set[str]:
    diary.enter()
    return set(joined(unbundle(claims.collect(facts(diary)["streams"]["key"]))))


def ridden(diary: Service, ride: bytes) -> str:
    [workout_id] = upload(diary, RIDE, ride)["workout_ids"]
    return str(workout_id)


# --- taking and measuring -------------------------------------------------------------------------------------------


def test_of_a_file_what_tells_of_the_body_is_dropped_named_and_stays_in_the_original(
    diary: Service, ride: bytes
) -> None:
    tell(diary, withdrawn())

    ended = upload(diary, RIDE, ride)

    shown = workout(diary, ended["workout_ids"][0])
    assert shown["dropped"] == ["heart_rate_bpm", "calories_kcal", *OF_THE_HEART]
    assert ended["parts"][0]["dropped"] == shown["dropped"]
    assert [shown[name] for name in OF_THE_HEART] == [None, None]
    assert shown["calories_method"] == "met_assumed_mass"
    assert (shown["average_power_w"] > 100, shown["distance_m"] > 50_000) == (True, True)
    assert {lap["average_heart_rate_bpm"] for lap in shown["laps"] + shown["splits_km"]} == {None}
    assert "heart_rate_bpm" not in columns(diary)
    assert "power_w" in columns(diary)
    assert facts(diary)["average_heart_rate_bpm"] is None
    (file,) = store.get(ATHLETE, shown["workout_id"]).files
    assert file_store.read_kept(file.key) == ride


def test_a_grant_brings_back_what_the_original_has(diary: Service, ride: bytes) -> None:
    with_it = workout(diary, ridden(diary, ride))
    diary.call("DELETE", f"/v1/workouts/{with_it['workout_id']}", if_match="*")
    tell(diary, withdrawn())
    without = ridden(diary, ride)

    for _ in range(2):
        tell(diary, consent(revision=3))
        measure(diary)

    shown = workout(diary, without)
    assert (shown["dropped"], shown["revision"]) == ([], 2)
    for name in (*OF_THE_HEART, "calories_kcal", "calories_method", "laps", "splits_km"):
        assert shown[name] == with_it[name], name
    assert "heart_rate_bpm" in columns(diary)


def test_an_upload_that_is_measured_while_the_grant_is_heard_is_measured_again(
    diary: Service, ride: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The consent is read, then granted, then the workout written."""
    from workouts.uploads import intake_service

    tell(diary, withdrawn())
    enter = intake_service._enter

    def overtaken(*arguments: Any) -> Any:
        monkeypatch.setattr(intake_service, "_enter", enter)
        tell(diary, consent(revision=3))
        return enter(*arguments)

    monkeypatch.setattr(intake_service, "_enter", overtaken)
    workout_id = ridden(diary, ride)
    assert workout(diary, workout_id)["dropped"] != []

    measure(diary)

    assert workout(diary, workout_id)["dropped"] == []
    assert workout(diary, workout_id)["average_heart_rate_bpm"] > 100


def test_a_write_that_a_withdrawal_comes_between_tells_nothing_of_the_body(
    diary: Service, ride: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the diary and the transaction."""
    from workouts.uploads import store as upload_store

    enter = upload_store.enter

    def overtaken(*arguments: Any, **named: Any) -> Any:
        monkeypatch.setattr(upload_store, "enter", enter)
        tell(diary, withdrawn())
        return enter(*arguments, **named)

    monkeypatch.setattr(upload_store, "enter", overtaken)
    workout_id = ridden(diary, ride)
    assert facts(diary)["average_heart_rate_bpm"] is None

    measure(diary)

    assert store.get(ATHLETE, workout_id).average_heart_rate_bpm is None
    assert "heart_rate_bpm" not in columns(diary)


def test_of_what_is_typed_in_the_body_is_left_out_and_named(diary: Service) -> None:
    tell(diary, withdrawn())

    made = diary.call("POST", "/v1/workouts", BY_HAND).body
    assert (set(made["dropped"]), made["calories_kcal"], made["distance_m"]) == (DROPPED_BY_HAND, None, 6400)
    path = f"/v1/workouts/{made['workout_id']}"
    edited = diary.call("PATCH", path, {"max_heart_rate_bpm": 180, "name": "Before work"}, if_match="*").body

    assert (edited["max_heart_rate_bpm"], edited["name"]) == (None, "Before work")
    assert store.get(ATHLETE, made["workout_id"]).max_heart_rate_bpm is None


def test_of_whom_nobody_told_nothing_of_the_body_is_taken(diary: Service) -> None:
    made = diary.call("POST", "/v1/workouts", BY_HAND, user=UNTOLD).body
    assert made["average_heart_rate_bpm"] is None
    again = diary.call("POST", "/v1/workouts", {**BY_HAND, "workout_id": made["workout_id"]}, user=UNTOLD)
    assert again.status == 200, "the same request again is no other workout"


def live(diary: Service) -> dict[str, Any]:
    time_s = np.arange(0.0, 600.0)
    told = {
        TIME: time_s,
        "lat": 55.0 + time_s * 3e-5,
        "lon": np.full(600, 37.6),
        "heart_rate_bpm": np.full(600, 150.0),
    }
    event = live_sessions.finished(diary, datetime(2026, 11, 20, 6, tzinfo=UTC), 600)
    claims.deposit(event["detail"]["data"]["streams"]["key"], bundle(chunks(told)))
    return event


def test_of_a_live_session_that_began_with_the_consent_the_heart_rate_is_dropped(diary: Service) -> None:
    tell(diary, withdrawn())

    live_sessions.save(diary, live(diary))

    shown = workout(diary, live_sessions.SESSION)
    assert (shown["dropped"], shown["average_heart_rate_bpm"]) == (["heart_rate_bpm"], None)
    tell(diary, consent(revision=3))
    measure(diary)
    assert workout(diary, live_sessions.SESSION)["average_heart_rate_bpm"] == 150


# --- showing --------------------------------------------------------------------------------------------------------


def test_after_a_withdrawal_the_diary_shows_and_tells_nothing_of_the_body(diary: Service, ride: bytes) -> None:
    workout_id = ridden(diary, ride)
    before = diary.call("GET", f"/v1/workouts/{workout_id}")
    tell(diary, withdrawn())

    after = diary.call("GET", f"/v1/workouts/{workout_id}", if_none_match=before.etag)

    assert after.status == 200, "an older tag is not of what is shown now"
    listed = diary.call("GET", "/v1/workouts").body["items"][0]
    for shown in (after.body, listed):
        assert [shown[name] for name in (*OF_THE_HEART, "calories_kcal")] == [None, None, None]
        assert set(shown["dropped"]) == {*OF_THE_HEART, "calories_kcal"}
        assert shown["average_power_w"] == before.body["average_power_w"]
    assert {lap["average_heart_rate_bpm"] for lap in after.body["laps"] + after.body["splits_km"]} == {None}
    totals = diary.call("GET", "/v1/workouts/totals", query={"from": "2019-01-01", "to": "2019-12-31"}).body
    assert (totals["calories_kcal"], totals["count"], totals["dropped"]) == (0, 1, ["calories_kcal"])
    renamed = diary.call("PATCH", f"/v1/workouts/{workout_id}", {"name": "x"}, if_match="*").body
    assert renamed["average_heart_rate_bpm"] is None
    assert facts(diary)["average_heart_rate_bpm"] is None
    assert diary.call("GET", f"/v1/workouts/{workout_id}/files/original").status == 200

    tell(diary, consent(revision=3))
    measure(diary)

    shown = workout(diary, workout_id)
    assert (shown["dropped"], shown["name"]) == ([], "x")
    assert [shown[name] for name in OF_THE_HEART] == [before.body[name] for name in OF_THE_HEART]
    assert facts(diary)["average_heart_rate_bpm"] == before.body["average_heart_rate_bpm"]


# --- deleting -------------------------------------------------------------------------------------------------------


def test_on_request_nothing_of_the_body_is_kept_but_the_original(diary: Service, ride: bytes) -> None:
    recorded = ridden(diary, ride)
    by_hand = diary.call("POST", "/v1/workouts", BY_HAND).body["workout_id"]
    live_sessions.save(diary, live(diary))
    before = workout(diary, recorded)
    old_claim = facts(diary)["streams"]
    tell(diary, withdrawn())

    for _ in range(2):
        assert delete(diary) == 0
        measure(diary)

    for workout_id in (recorded, by_hand, live_sessions.SESSION):
        kept = store.get(ATHLETE, workout_id)
        assert [getattr(kept, name) for name in OF_THE_HEART] == [None, None]
        assert kept.revision == 2, "once"
    assert (old_claim is not None, "heart_rate_bpm" in columns(diary)) == (True, False)
    assert _columns_of_claims() & {"heart_rate_bpm"} == set()
    session = store.get(ATHLETE, live_sessions.SESSION).live
    assert session is not None
    assert session.kept is not None
    assert "heart_rate_bpm" not in joined(unbundle(file_store.read_kept(session.kept)))
    assert diary.call("GET", f"/v1/workouts/{recorded}/files/original").status == 200

    tell(diary, consent(revision=3))
    measure(diary)

    shown = workout(diary, recorded)
    assert shown["average_heart_rate_bpm"] == before["average_heart_rate_bpm"], "the original is the athlete's"
    assert workout(diary, by_hand)["average_heart_rate_bpm"] is None


def _columns_of_claims() -> set[str]:
    found = boto3.client("s3").list_objects_v2(Bucket="stadion-claims").get("Contents", [])
    return {name for one in found for name in joined(unbundle(claims.collect(one["Key"])))}


def test_a_request_that_overtakes_the_withdrawal_waits_for_it(diary: Service) -> None:
    assert delete(diary) == 1
    tell(diary, withdrawn())
    assert delete(diary) == 0


def test_what_is_granted_again_is_not_deleted(diary: Service, ride: bytes) -> None:
    recorded = ridden(diary, ride)
    tell(diary, withdrawn())
    assert delete(diary) == 0
    tell(diary, consent(revision=3))
    measure(diary)
    assert store.get(ATHLETE, recorded).average_heart_rate_bpm is not None


def test_the_answer_to_the_same_request_again_has_no_more_than_is_shown_now(diary: Service) -> None:
    def again() -> Any:
        return diary.call("POST", "/v1/workouts", BY_HAND, idempotency_key="typed-1").body

    assert again()["average_heart_rate_bpm"] == 152
    assert again()["average_heart_rate_bpm"] == 152
    tell(diary, withdrawn())
    without = again()
    assert [without[name] for name in DROPPED_BY_HAND] == [None] * 3
    assert (set(without["dropped"]), without["distance_m"]) == (DROPPED_BY_HAND, 6400)
    tell(diary, consent(revision=3))
    assert (again()["average_heart_rate_bpm"], again()["dropped"]) == (152, [])


def test_that_a_heart_rate_was_impossible_is_told_to_nobody_either(diary: Service) -> None:
    made = diary.call("POST", "/v1/workouts", BY_HAND).body
    flags = [WorkoutFlag.of("heart_rate_too_high"), WorkoutFlag.of("speed_too_high")]
    flagged = store.get(ATHLETE, made["workout_id"]).model_copy(update={"flags": flags})
    assert flagged.facts(agrees=True).flags == ["heart_rate_too_high", "speed_too_high"]
    assert flagged.facts(agrees=False).flags == ["speed_too_high"]
