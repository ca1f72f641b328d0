"""What an athlete may bring in a day, and what counts once."""

import json
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest

from stadion.change import Change
from tests.kit.clock import Clock
from tests.kit.services import ATHLETE, OTHER, Service
from tests.workouts.diary import announce, arrival, arrive, upload
from workouts.quotas import store
from workouts.quotas.domain import BYTES, UPLOADS, WORKOUTS, Quota, Spent
from workouts.quotas.errors import QuotaUsedUpError

EVENING = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
TO_MIDNIGHT = "12600"
RUN = {"sport_type": "Run", "started_at": "2026-11-20T08:40:00+03:00", "elapsed_time_s": 1834}


@pytest.fixture(autouse=True)
def clock(diary: Service, standing_clock: Clock) -> Clock:
    standing_clock.set(EVENING)
    return standing_clock


def spend(quota: Quota, n: int, user: str = ATHLETE) -> None:
    with Change(user, EVENING) as change:
        store.spend(change, user, quota, n, EVENING)


def spent(day: str = "2026-11-21") -> Spent:
    return store.SPENT.find(ATHLETE, day) or Spent()


def gpx() -> bytes:
    points = "".join(
        f'<trkpt lat="52.5" lon="{13.3 + n / 10_000}"><time>2026-11-20T06:{n:02}:00Z</time></trkpt>' for n in range(30)
    )
    return f'<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>{points}</trkseg></trk></gpx>'.encode()


def test_who_announced_a_days_uploads_waits_until_the_next_day_of_utc(diary: Service, clock: Clock) -> None:
    spend(UPLOADS, UPLOADS.most - 1)

    last, refused = (diary.call("POST", "/v1/uploads", {"filename": "a.fit"}) for _ in range(2))

    assert (last.status, refused.status, refused.body["code"]) == (201, 429, "quota_is_used_up")
    assert refused.headers["Retry-After"] == TO_MIDNIGHT
    assert refused.headers["RateLimit-Policy"] == '"athlete";q=600;w=60, "uploads";q=500;w=86400'
    assert refused.headers["RateLimit"].endswith(f', "uploads";r=0;t={TO_MIDNIGHT}')
    assert diary.call("POST", "/v1/uploads", {"filename": "a.fit"}, user=OTHER).status == 201
    clock.advance(seconds=int(TO_MIDNIGHT))
    assert diary.call("POST", "/v1/uploads", {"filename": "a.fit"}).status == 201


def test_a_request_repeated_with_its_key_counts_once_and_is_answered_when_nothing_is_left(diary: Service) -> None:
    answers = [diary.call("POST", "/v1/workouts", RUN, idempotency_key="k") for _ in range(2)]
    assert spent().workouts == 1

    spend(WORKOUTS, WORKOUTS.most - 1)
    again = diary.call("POST", "/v1/workouts", RUN, idempotency_key="k")

    assert [answer.status for answer in (*answers, again)] == [201, 201, 201]
    later = {**RUN, "started_at": "2026-11-19T08:40:00+03:00"}
    assert diary.call("POST", "/v1/workouts", later).body["code"] == "quota_is_used_up"


def test_what_is_deleted_is_not_given_back_and_what_is_joined_or_refused_does_not_count(diary: Service) -> None:
    workout_id = diary.call("POST", "/v1/workouts", RUN).body["workout_id"]
    assert diary.call("POST", "/v1/workouts", RUN).status == 409
    assert diary.call("POST", "/v1/workouts", {**RUN, "on_duplicate": "merge"}).status == 200
    diary.call("DELETE", f"/v1/workouts/{workout_id}", if_match="*")

    assert spent().workouts == 1


def test_a_files_bytes_count_once_however_often_it_is_delivered(diary: Service) -> None:
    announced = announce(diary, "a.gpx")
    arrive(diary, announced, gpx())
    for _ in range(2):
        diary.invoke("on_upload", arrival(announced["form"]["fields"]["key"]))

    assert spent() == Spent(uploads=1, bytes=len(gpx()), workouts=1)


def test_a_try_that_failed_counts_its_bytes_once(diary: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    announced = announce(diary, "a.gpx")
    with monkeypatch.context() as broken:
        broken.setattr("workouts.uploads.intake_service.contents_of", lambda *_, **__: 1 / 0)
        arrive(diary, announced, gpx())
    arrive(diary, announced, gpx(), tries=2)

    assert spent() == Spent(uploads=1, bytes=len(gpx()), workouts=1)


@pytest.mark.parametrize(("quota", "room"), [(BYTES, 10), (WORKOUTS, 0)])
def test_an_upload_beyond_the_day_says_so_and_leaves_nothing_behind(diary: Service, quota: Quota, room: int) -> None:
    spend(quota, quota.most - room)

    ended = upload(diary, "a.gpx", gpx())

    assert (ended["status"], ended["problem"]["code"]) == ("failed", "quota_is_used_up")
    assert diary.call("GET", "/v1/workouts").body["items"] == []
    kept = boto3.client("s3").list_objects_v2(Bucket="stadion-files", Prefix="files/").get("Contents", [])
    assert kept == []


def test_more_than_there_is_room_for_is_refused_and_what_fits_is_not() -> None:
    spend(BYTES, BYTES.most - 10)
    with pytest.raises(QuotaUsedUpError):
        spend(BYTES, 11)
    spend(BYTES, 10)


def hour_of(started_at: str, n: int) -> dict[str, Any]:
    entry = {"started_at": started_at, "elapsed_s": 60, "distance_m": None, "family": "run"}
    return {f"w-{k}": entry for k in range(n)}


def test_an_hour_takes_so_many_workouts_and_no_more(diary: Service) -> None:
    """Else its item outgrows what DynamoDB takes, and no workout of that hour can be written any more."""
    item = {"pk": f"USER#{ATHLETE}", "sk": "SLOT#2026-11-20T05", "kind": "slot", "revision": 1}
    body = json.dumps(hour_of("2026-11-20T05:00:00.000Z", 200))
    boto3.resource("dynamodb").Table("stadion-workouts").put_item(Item={**item, "body": body})

    assert diary.call("POST", "/v1/workouts", {**RUN, "on_duplicate": "force"}).body["code"] == "hour_is_full"
    beside = {**RUN, "started_at": "2026-11-20T09:40:00+03:00"}
    workout_id = diary.call("POST", "/v1/workouts", beside).body["workout_id"]
    moved = diary.call("PATCH", f"/v1/workouts/{workout_id}", {"started_at": RUN["started_at"]}, if_match="*")
    assert moved.body["code"] == "hour_is_full"
    ended = upload(diary, "a.gpx", gpx().replace(b"T06:", b"T05:"), on_duplicate="force")
    assert ended["problem"]["code"] == "hour_is_full"
