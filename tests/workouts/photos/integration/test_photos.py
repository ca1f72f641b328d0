"""Photos of a workout: sent by a form, made plain, shown to their athlete alone, and gone with the workout."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest

from stadion import clock
from tests.kit.services import ATHLETE, OTHER, Service, sqs_event
from tests.layer.unit.test_pictures import a_picture, told_of_the_place
from tests.workouts.diary import arrival, corrected, upload, workout
from tests.workouts.recordings.unit.samples import data
from workouts import store
from workouts.photos import service

RUN = {"sport_type": "Run", "started_at": "2026-11-20T07:00:00Z", "elapsed_time_s": 3_600, "distance_m": 9_000}
BUCKET = "stadion-photos"


@pytest.fixture
def path(diary: Service) -> str:
    return f"/v1/workouts/{diary.call('POST', '/v1/workouts', RUN).body['workout_id']}"


def announce(diary: Service, path: str, **fields: Any) -> dict[str, Any]:
    answer = diary.call("POST", f"{path}/photos", {"content_type": "image/jpeg", **fields})
    assert answer.status == 201, answer.body
    return dict(answer.body)


def arrive(diary: Service, photo: dict[str, Any], sent: bytes, *, tries: int = 1) -> Any:
    key = photo["form"]["fields"]["key"]
    boto3.client("s3").put_object(Bucket=BUCKET, Key=key, Body=sent)
    return diary.invoke("photos/on_photo", arrival(key, tries))


def sent(diary: Service, path: str, picture: bytes | None = None, **fields: Any) -> dict[str, Any]:
    """As it is shown afterwards."""
    photo = announce(diary, path, **fields)
    picture = picture if picture is not None else a_picture("JPEG", (3000, 1500), exif=told_of_the_place(6))
    assert arrive(diary, photo, picture) == {"batchItemFailures": []}
    return dict(diary.call("GET", f"{path}/photos/{photo['photo_id']}").body)


def keys() -> list[str]:
    return sorted(one["Key"] for one in boto3.client("s3").list_objects_v2(Bucket=BUCKET).get("Contents", []))


def spent() -> int:
    from workouts.quotas.store import SPENT

    known = SPENT.find(ATHLETE, f"{clock.now():%Y-%m-%d}")
    return known.bytes if known is not None else 0


def test_a_photo_is_shown_small_upright_and_without_its_place(diary: Service, path: str) -> None:
    announced = announce(diary, path, alt="A lake")
    assert (announced["status"], announced["url"], announced["form"]["max_bytes"]) == ("pending", None, 20 * 1024**2)
    assert diary.call("GET", path).body["photo_count"] == 0
    picture = a_picture("JPEG", (3000, 1500), exif=told_of_the_place(6))
    arrive(diary, announced, picture)
    detail = diary.call("GET", path).body
    (shown,) = detail["photos"]
    assert (shown["status"], shown["width"], shown["height"], shown["alt"]) == ("ready", 1024, 2048, "A lake")
    assert detail["photo_count"] == 1
    assert diary.call("GET", "/v1/workouts").body["items"][0]["photo_count"] == 1
    for link in (shown["url"], shown["thumbnail_url"]):
        key = urlsplit(link).path.removeprefix(f"/{BUCKET}/")
        found = boto3.client("s3").get_object(Bucket=BUCKET, Key=key)
        body = found["Body"].read()
        assert (found["ContentType"], body[8:12]) == ("image/webp", b"WEBP")
        assert b"55.7558" not in body
        assert "X-Amz-Expires=3600" in link
    assert [key.split("/")[0] for key in keys()] == ["photos", "photos"]
    assert spent() == len(picture)


def test_the_workout_is_not_another_revision_but_has_another_etag(diary: Service, path: str) -> None:
    before, told = diary.call("GET", path), len(diary.published())
    sent(diary, path)
    after = diary.call("GET", path, if_none_match=before.etag)
    assert (after.status, after.body["revision"]) == (200, 1)
    assert diary.call("GET", path, if_none_match=after.etag).status == 304
    assert len(diary.published()) == told
    assert diary.call("PATCH", path, {"name": "x"}, if_match=before.etag).status == 200
    assert len(diary.call("GET", path).body["photos"]) == 1


def test_who_hears_that_nothing_changed_has_links_that_are_good(
    diary: Service, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(diary, path)
    tag, now = diary.call("GET", path).etag, clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=31))
    assert diary.call("GET", path, if_none_match=tag).status == 200


def test_other_athletes_find_nothing(diary: Service, path: str) -> None:
    photo = sent(diary, path)
    one = f"{path}/photos/{photo['photo_id']}"
    tried = [
        diary.call("GET", one, user=OTHER),
        diary.call("PATCH", one, {"alt": "x"}, user=OTHER, if_match="*"),
        diary.call("DELETE", one, user=OTHER, if_match="*"),
        diary.call("POST", f"{path}/photos", {"content_type": "image/png"}, user=OTHER),
    ]
    assert {answer.status for answer in tried} == {404}
    assert len(keys()) == 2


def test_they_are_described_ordered_and_removed_on_the_version_that_was_seen(diary: Service, path: str) -> None:
    first, second, third = (sent(diary, path, alt=name)["photo_id"] for name in "abc")
    one = f"{path}/photos/{third}"
    assert diary.call("PATCH", one, {"alt": "x"}).status == 428
    moved = diary.call("PATCH", one, {"alt": None, "position": 0}, if_match='"1"')
    assert (moved.status, moved.body["alt"], moved.body["revision"]) == (200, None, 2)
    assert diary.call("PATCH", one, {"alt": "y"}, if_match='"1"').status == 412
    emptied = diary.call("PATCH", f"{path}/photos/{second}", {"alt": " "}, if_match='"1"')
    assert (emptied.status, emptied.body["alt"]) == (200, None)
    assert diary.call("PATCH", one, {"position": None}, if_match='"2"').status == 400
    assert diary.call("PATCH", one, {"position": 10}, if_match='"2"').status == 422
    assert diary.call("PATCH", one, {"alt": "x" * 501}, if_match='"2"').status == 422
    assert diary.call("PATCH", f"{path}/photos/{first}", {"position": 9}, if_match='"1"').status == 200
    assert [photo["photo_id"] for photo in diary.call("GET", path).body["photos"]] == [third, second, first]
    assert diary.call("DELETE", one, if_match='"1"').status == 412
    assert diary.call("DELETE", one, if_match='"2"').status == 204
    assert diary.call("GET", one).status == 404
    assert not [key for key in keys() if third in key]
    assert len(keys()) == 4


def test_ten_at_most_and_what_failed_makes_room(diary: Service, path: str) -> None:
    bad = sent(diary, path, b"no picture")
    assert (bad["status"], bad["problem"]["code"], bad["url"]) == ("failed", "picture_type_unknown", None)
    for _ in range(9):
        announce(diary, path)
    announce(diary, path)
    refused = diary.call("POST", f"{path}/photos", {"content_type": "image/png"})
    assert (refused.status, refused.body["code"]) == (409, "too_many_photos")
    assert bad["photo_id"] not in {photo["photo_id"] for photo in diary.call("GET", path).body["photos"]}


def test_the_same_announcement_is_one(diary: Service, path: str) -> None:
    asked = {"content_type": "image/png"}
    first, again = (diary.call("POST", f"{path}/photos", asked, idempotency_key="k") for _ in range(2))
    assert first.body == again.body
    taken = diary.call("POST", f"{path}/photos", {**asked, "photo_id": first.body["photo_id"]})
    assert (taken.status, taken.body["code"]) == (409, "photo_id_taken")
    assert len(diary.call("GET", path).body["photos"]) == 1


@pytest.mark.parametrize("kind", ["image/heic", "image/gif", "text/html", "image/jpeg; x"])
def test_other_types_are_not_announced(diary: Service, path: str, kind: str) -> None:
    assert diary.call("POST", f"{path}/photos", {"content_type": kind}).status == 422


@pytest.mark.parametrize(
    ("picture", "code", "words"),
    [
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00", "picture_is_heic", "HEIC"),
        (a_picture("JPEG", (600, 400))[:200], "picture_broken", "damaged"),
        (a_picture("PNG", (7100, 7100), mode="1"), "picture_too_large", "50 million"),
    ],
)
def test_a_picture_that_cannot_be_shown_says_why(
    diary: Service, path: str, picture: bytes, code: str, words: str
) -> None:
    shown = sent(diary, path, picture)
    assert (shown["status"], shown["problem"]["code"]) == ("failed", code)
    assert words in shown["problem"]["detail"]
    assert keys() == []


def test_what_never_came_says_so(diary: Service, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, now = announce(diary, path), clock.now()
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=61))
    shown = diary.call("GET", f"{path}/photos/{photo['photo_id']}").body
    assert (shown["status"], shown["problem"]["code"]) == ("failed", "photo_never_arrived")


def test_a_notice_that_comes_again_changes_and_counts_nothing(diary: Service, path: str) -> None:
    photo = announce(diary, path)
    picture = a_picture("JPEG")
    arrive(diary, photo, picture)
    before = diary.call("GET", path)
    diary.invoke("photos/on_photo", arrival(photo["form"]["fields"]["key"]))
    arrive(diary, photo, a_picture("JPEG", (10, 10)))  # the form, used again
    assert diary.call("GET", path).etag == before.etag
    assert diary.call("GET", path).body["photos"][0]["width"] == 60
    assert spent() == len(picture)
    assert len(keys()) == 2


def test_a_try_that_dies_anywhere_is_made_again(diary: Service, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    photo, picture = announce(diary, path), a_picture("JPEG")
    for name in ("count", "show"):
        with monkeypatch.context() as broken:
            broken.setattr(service, name, lambda *_: 1 / 0)
            assert arrive(diary, photo, picture)["batchItemFailures"]
    assert arrive(diary, photo, picture) == {"batchItemFailures": []}
    assert diary.call("GET", path).body["photos"][0]["status"] == "ready"
    assert spent() == len(picture)


def test_what_nobody_can_process_is_told_before_the_queue_gives_up(
    diary: Service, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = announce(diary, path)
    monkeypatch.setattr(service, "show", lambda *_: 1 / 0)
    assert arrive(diary, photo, a_picture("JPEG"), tries=4) == {"batchItemFailures": []}
    assert diary.call("GET", path).body["photos"][0]["problem"]["code"] == "picture_broken"
    assert keys() == []


def test_a_days_bytes_are_those_of_photos_too(diary: Service, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from workouts.quotas.domain import Quota

    monkeypatch.setattr(service, "BYTES", Quota("bytes", 10))
    assert sent(diary, path)["status"] == "ready"  # the first of a day is taken, whatever its size
    shown = sent(diary, path)
    assert (shown["status"], shown["problem"]["code"]) == ("failed", "quota_is_used_up")


def test_with_the_workout_they_go(diary: Service, path: str) -> None:
    sent(diary, path)
    late = announce(diary, path)
    boto3.client("s3").put_object(Bucket=BUCKET, Key=late["form"]["fields"]["key"], Body=b"x")
    assert diary.call("DELETE", path, if_match="*").status == 204
    assert diary.invoke("on_workout_events", sqs_event(*diary.published("WorkoutDeleted"))) == {"batchItemFailures": []}
    assert keys() == []
    assert arrive(diary, late, a_picture("JPEG")) == {"batchItemFailures": []}
    assert keys() == []


def test_what_is_removed_while_it_is_taken_in_leaves_nothing(
    diary: Service, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = announce(diary, path)
    show = service.show

    def removed_first(*given: Any) -> bool:
        assert diary.call("DELETE", f"{path}/photos/{photo['photo_id']}", if_match="*").status == 204
        return show(*given)

    monkeypatch.setattr(service, "show", removed_first)
    assert arrive(diary, photo, a_picture("JPEG")) == {"batchItemFailures": []}
    assert keys() == []
    assert diary.call("GET", path).body["photos"] == []


def test_an_edit_that_did_not_see_a_new_photo_does_not_lose_it(
    diary: Service, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots_of = store.slots_of
    came: list[dict[str, Any]] = []

    def a_photo_comes_between(*workouts: Any) -> Any:
        if not came:
            came.append(announce(diary, path))
        return slots_of(*workouts)

    monkeypatch.setattr(store, "slots_of", a_photo_comes_between)
    answer = diary.call("PATCH", path, {"name": "Mine"}, if_match='"1"')
    assert answer.status == 200
    shown = diary.call("GET", path).body
    assert (shown["name"], [photo["photo_id"] for photo in shown["photos"]]) == ("Mine", [came[0]["photo_id"]])


def test_of_a_split_the_first_part_keeps_them(diary: Service) -> None:
    (workout_id,) = upload(diary, "4078723797.fit", data("4078723797.fit"))["workout_ids"]
    path = f"/v1/workouts/{workout_id}"
    sent(diary, path)
    first = corrected(diary, "POST", f"{path}/split", {"at_s": 1800})
    rest = workout(diary, first["cut"]["next_workout_id"])
    assert (len(first["photos"]), first["photo_count"], rest["photos"]) == (1, 1, [])
