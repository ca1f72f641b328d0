"""23: what is as large as it may become, and breaks nothing."""

from collections.abc import Iterator
from typing import Any, Final

from stadion_cli.base.listener import Wanted, listening
from stadion_cli.preflight.after.bus import DETAIL_TYPE, outbox_item
from stadion_cli.preflight.after.files import upload
from stadion_cli.preflight.checks import Finding, failed, judged, skipped
from stadion_cli.preflight.queues import seen_within
from stadion_cli.preflight.recordings import gpx
from stadion_cli.preflight.world import World

SEVEN_HOURS_S: Final = 7 * 3600
CURSOR: Final = 2_000
LARGEST_EVENT: Final = 250 * 1024
"""With what the relay adds, close below the 256 KiB of the bus; its envelope takes the rest."""
EVENT_WITHIN_S: Final = 60.0
LARGE: Final = "docs/decisions/0029-exports.md (R10); stadion logs telemetry-api --since 10m"
FORMATS: Final = ("gpx", "tcx", "fit")


def long_ride(world: World) -> Iterator[Finding]:
    anna = world.people.athlete("anna")
    outcome = upload(world, anna, gpx(SEVEN_HOURS_S))
    if outcome.get("status") != "ready":
        yield failed(
            f"a ride of seven hours became {outcome.get('status', 'nothing')}", "stadion logs uploads --since 10m"
        )
        return
    path = f"/v1/workouts/{outcome['workout_ids'][0]}"
    for kind in FORMATS:
        yield _fetched(world, f"{path}/export?format={kind}", f"its export as {kind.upper()}, without gzip")
    yield _fetched(world, f"{path}/streams?resolution=full", "all its samples")


def _fetched(world: World, path: str, what: str) -> Finding:
    """A link to a file is as good as the file; a clear word that it goes packed only is as good as a link."""
    anna = world.people.athlete("anna")
    answer = anna.answer("GET", path, accept_encoding="identity")
    if answer.status_code in {413, 422} and "gzip" in answer.text:
        answer = anna.answer("GET", path, accept_encoding="gzip")
    if answer.is_redirect:
        answer = world.http.get(answer.headers["location"])
    return judged(
        answer.is_success,
        f"{what}: {len(answer.content) / 2**20:.1f} MB",
        f"{what}: {answer.status_code} {answer.text[:100]}",
        LARGE,
        bytes=len(answer.content),
    )


def long_cursor(world: World) -> Iterator[Finding]:
    answer = world.people.athlete("anna").answer("GET", f"/v1/workouts?cursor={'x' * CURSOR}")
    yield judged(
        answer.status_code in {400, 422},
        f"a cursor of {CURSOR} bytes that means nothing: {answer.status_code}",
        f"a cursor of {CURSOR} bytes: {answer.status_code}",
        "layers/shared/python/stadion/pagination.py",
    )


def largest_event(world: World) -> Iterator[Finding]:
    table = world.outputs.of_service("workouts", "TableName")
    wanted = Wanted([DETAIL_TYPE], correlation=world.run.run_id)
    with listening(world.target, wanted, name=world.run.named("largest")) as listener:
        if not world.is_local:
            seen_within(5, lambda: None)
        world.client("dynamodb").put_item(
            TableName=table, Item=outbox_item("workouts", world.run.run_id, "x" * LARGEST_EVENT)
        )

        def seen() -> dict[str, Any] | None:
            return next(
                (one for one in listener.read() if len(one["detail"]["data"]["padding"]) == LARGEST_EVENT), None
            )

        found = seen_within(world.within(EVENT_WITHIN_S), seen, every_s=0)
    if found is None and world.is_local:
        yield skipped("a queue of the emulator takes no message of 256 KiB")
        return
    yield judged(
        found is not None,
        f"an event of {LARGEST_EVENT // 1024} KiB passed",
        "the largest event did not pass the bus",
        "stadion logs on-outbox",
    )
