"""A photo on the deployed stack: by a form to S3, to its athlete by a link, and gone with its workout."""

import io
from typing import Any

import httpx
from PIL import Image

from local.demo.client import Athlete
from tests.kit.stack import DeployedStack, eventually

RUN = {"sport_type": "Run", "started_at": "2026-11-20T07:00:00Z", "elapsed_time_s": 1_800, "distance_m": 5_000}
SECRET = "55.7558 37.6173"


def photo() -> bytes:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x010F], exif[0x0112] = SECRET, 6
    Image.new("RGB", (3000, 1500), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


def test_a_photo_goes_in_comes_out_without_its_place_and_is_gone(stack: DeployedStack, anna: Athlete) -> None:
    path = f"/v1/workouts/{anna.call('POST', '/v1/workouts', RUN)['workout_id']}"
    announced = anna.call("POST", f"{path}/photos", {"content_type": "image/jpeg", "alt": "The sea"})
    form = announced["form"]
    files = {"file": ("a.jpg", photo(), "image/jpeg")}
    assert httpx.post(form["url"], data=form["fields"], files=files).is_success
    place = f"{path}/photos/{announced['photo_id']}"

    def ready() -> dict[str, Any] | None:
        shown: dict[str, Any] = anna.get(place)
        return None if shown["status"] == "pending" else shown

    shown = eventually(ready)
    assert shown is not None
    assert (shown["status"], shown["width"], shown["height"]) == ("ready", 1024, 2048)
    kept = httpx.get(shown["url"])
    assert (kept.status_code, kept.headers["content-type"]) == (200, "image/webp")
    assert SECRET.encode() not in kept.content
    assert httpx.get(shown["thumbnail_url"]).status_code == 200
    anna.call("DELETE", place, if_match="*")
    eventually(lambda: httpx.get(shown["url"]).status_code in {403, 404} or None)
    assert anna.get(path)["photos"] == []
