"""18: a recording goes through the form, S3, the queue and the function; a picture in and out."""

import time
from collections.abc import Iterator
from typing import Any, Final

from local.demo.client import Athlete
from stadion_cli.preflight.checks import Finding, failed, judged, skipped
from stadion_cli.preflight.queues import seen_within
from stadion_cli.preflight.recordings import gpx, png
from stadion_cli.preflight.world import World

WITHIN_S: Final = 180.0
SHORT: Final = 900
FINAL: Final = frozenset({"ready", "failed", "duplicate"})
AN_HOUR_S: Final = 3_660
LOGS: Final = "stadion logs uploads --since 10m; stadion dlq list"


def recording(world: World) -> Iterator[Finding]:
    anna = world.people.athlete("anna")
    outcome = upload(world, anna, gpx(SHORT))
    yield judged(
        outcome.get("status") == "ready",
        f"a recording was a workout within {outcome.get('took_s', 0):.0f} s",
        f"a recording became {outcome.get('status', 'nothing')} {outcome.get('problem') or ''}".strip(),
        LOGS,
        **outcome,
    )
    if outcome.get("status") == "ready":
        yield from _given_back(world, anna, outcome["workout_ids"][0])


def upload(world: World, athlete: Athlete, data: bytes) -> dict[str, Any]:
    """What became of it, with how long it took; empty when it was not over in time."""
    announced = athlete.post("/v1/uploads", {"filename": f"{world.run.run_id}.gpx"})
    started = time.monotonic()
    posted = post(world, announced["form"], data)
    if posted.is_error:
        return {"status": f"refused by S3: {posted.status_code} {posted.text[:200]}"}

    def over() -> dict[str, Any] | None:
        shown: dict[str, Any] = athlete.get(f"/v1/uploads/{announced['upload_id']}")
        return shown if shown["status"] in FINAL else None

    found = seen_within(world.within(WITHIN_S), over) or {}
    return {**found, "took_s": round(time.monotonic() - started, 1)}


def post(world: World, form: dict[str, Any], data: bytes, *, kind: str = "application/gpx+xml") -> Any:
    return world.http.post(form["url"], data=form["fields"], files={"file": ("preflight", data, kind)})


def _given_back(world: World, anna: Athlete, workout_id: str) -> Iterator[Finding]:
    """By a link, signed with the credentials of the function's role: they must outlive its idling."""
    shown = anna.get(f"/v1/workouts/{workout_id}")
    sha256 = shown["files"][0]["sha256"]
    if world.wishes.long:
        time.sleep(AN_HOUR_S)
        anna.sign_in("herons-fly-before-takeoff")
    elif not world.is_local:
        yield skipped("whether links work after an hour of idling: --long")
    link = anna.answer("GET", f"/v1/workouts/{workout_id}/files/{sha256}")
    url = link.headers.get("location") or link.json().get("url", "")
    got = world.http.get(url)
    yield judged(
        got.status_code == 200 and len(got.content) > 0,
        "the original comes back by its link",
        f"the link of the original answers {got.status_code}: {got.text[:120]}",
        "rights of workouts-api on files/*, and on the key: infra_cdk/stacks/workouts.py",
    )


def too_large(world: World) -> Iterator[Finding]:
    """One byte more than the form allows: S3 itself must refuse it."""
    anna = world.people.athlete("anna")
    form = anna.post("/v1/uploads", {"filename": f"{world.run.run_id}-large.gpx"})["form"]
    refused = post(world, form, b" " * (form["max_bytes"] + 1))
    yield judged(
        refused.status_code in {400, 403},
        f"a file of {form['max_bytes'] + 1} bytes is refused at the door",
        f"a file one byte too large was answered with {refused.status_code}",
        "content-length-range in layers/shared/python/stadion/storage.py",
    )


def avatar(world: World) -> Iterator[Finding]:
    anna = world.people.athlete("anna")
    form = anna.post("/v1/me/avatar", {"content_type": "image/png"})
    posted = post(world, form, png(), kind="image/png")
    if posted.is_error:
        yield failed(
            f"S3 refused a picture: {posted.status_code} {posted.text[:200]}", "the form of avatars; the bucket's key"
        )
        return
    url = seen_within(world.within(WITHIN_S), lambda: anna.get("/v1/me").get("avatar_url"))
    got = world.http.get(url) if url else None
    yield judged(
        got is not None and got.status_code == 200,
        "a picture went in, and came out by its link",
        f"a picture did not come out within {WITHIN_S:.0f} s" if got is None else f"its link answers {got.status_code}",
        "stadion logs accounts-avatars-on-avatar --since 10m",
    )
    anna.call("PATCH", "/v1/me", {"avatar": None}, if_match="*")
