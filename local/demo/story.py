"""The main job on real recordings: what two athletes do, and what is true before and after."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.demo.client import ApiError, Athlete, Client, eventually

if TYPE_CHECKING:
    from local.demo.live import Follower

PATIENCE_S = 300.0
"""A message that its consumer was too slow for comes again after three minutes."""
BENS_ZONE = "Europe/Berlin"
AGREED = ("health_data", "location", "analytics")
"""Before anything is recorded: heart rate is measured, Anna may watch where Ben runs, and their offers are counted."""


@dataclass(frozen=True)
class State:
    """What the app's start screen shows."""

    xp: int
    level: int
    records: int
    unread: int
    gear: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, athlete: Athlete) -> "State":
        progress = athlete.get("/v1/gamification/progress")
        return cls(
            xp=progress["xp"],
            level=progress["level"],
            records=len(athlete.get("/v1/gamification/records")["items"]),
            unread=athlete.get("/v1/notifications/unread-count")["unread_count"],
            gear={gear["name"]: gear for gear in athlete.get("/v1/gear")["items"]},
        )


@dataclass(frozen=True)
class Cast:
    """Anna rides with a worn bike, Ben runs in worn shoes."""

    anna: Athlete
    ben: Athlete


def register(door: Client) -> Cast:
    anna = Athlete.register(door, "Anna", language="ru", time_zone="Europe/Moscow")
    ben = Athlete.register(door, "Ben", language="en", time_zone=BENS_ZONE)
    for athlete in (anna, ben):
        athlete.agree(*AGREED)
    return Cast(anna, ben)


RIDER = {"ftp_w": 200, "max_heart_rate_bpm": 192, "resting_heart_rate_bpm": 48, "threshold_heart_rate_bpm": 172}
RUNNER = {"max_heart_rate_bpm": 189}
START_OF_TIME = "2015-01-01"
ENOUGH_SAMPLES = 1000
"""So long until Ben has left the zone, which is larger than its radius: its centre is moved."""
PART_S = 100


def tell_bodies(cast: Cast) -> None:
    """Zones and load rest on what is known of the body; they hold from that day on."""
    for athlete, measured in ((cast.anna, RIDER), (cast.ben, RUNNER)):
        athlete.call("PUT", f"/v1/me/physical/{START_OF_TIME}", measured)


def agree_to_offers(athlete: Athlete) -> None:
    athlete.agree("marketing_push", "marketing_email")


def equip(cast: Cast) -> None:
    give_gear(cast)
    tell_bodies(cast)


def give_gear(cast: Cast) -> None:
    """Both pieces are near their limit, and both are the default of their sport."""
    cast.anna.post(
        "/v1/gear",
        {
            "category": "bike",
            "brand": "Van Rysel",
            "model": "RCR",
            "initial_use": 19_960,
            "used_since": "2015-01-01",
            "default_for": ["Ride"],
            "components": [
                {"name": "Chain", "limit": 3000, "initial_use": 2380, "installed_at": "2015-01-01T00:00:00Z"}
            ],
        },
    )
    cast.ben.post(
        "/v1/gear",
        {
            "category": "running_shoes",
            "brand": "Kiprun",
            "model": "KD900",
            "initial_use": 556,
            "used_since": "2015-01-01",
            "default_for": ["Run"],
        },
    )


@dataclass(frozen=True)
class Sending:
    """One recording and what is expected to become of it."""

    who: str
    file: str
    about: str
    fields: dict[str, Any]
    climbs: bool = False
    """Whether it moves its athlete on the board that is watched."""


RIDE = "4078723797"
SENDINGS = (
    Sending("anna", f"{RIDE}.fit", "a ride, from the bike computer", {"time_zone": "Europe/Moscow"}, climbs=True),
    Sending("anna", f"activity_{RIDE}.tcx", "the same ride as TCX", {}),
    Sending("anna", f"{RIDE}_strava.gpx", "the same ride from Strava, to be merged", {"on_duplicate": "merge"}),
    Sending("anna", "6471559601_ACTIVITY.fit", "three sports in one file", {"time_zone": "Europe/Moscow"}),
    Sending("ben", "3173437224.tcx", "a run with a break, from a watch", {"time_zone": BENS_ZONE}),
    Sending("ben", "broken.fit", "the beginning of a file", {}),
    Sending("anna", "4801048867.fit", "another ride", {"time_zone": "Europe/Moscow"}, climbs=True),
)


def torn(folder: Path, scratch: Path) -> Path:
    """A recording that broke off before its first point: of any other, what came before counts."""
    data = (folder / f"{RIDE}.fit").read_bytes()
    broken = scratch / "broken.fit"
    broken.write_bytes(data[:500])
    return broken


def move_today(athlete: Athlete, sport_type: str, *, minutes_ago: int = 60) -> None:
    """A few minutes, by hand. What older workouts reached in silence is announced with it."""
    started_at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    athlete.post(
        "/v1/workouts",
        {
            "sport_type": sport_type,
            "started_at": started_at.isoformat(),
            "elapsed_time_s": 600,
            "distance_m": None if sport_type == "Yoga" else 1500,
        },
    )


def move_both_today(cast: Cast) -> None:
    move_today(cast.anna, "Ride")
    for sport_type, minutes_ago in (("Run", 60), ("Walk", 48), ("Yoga", 36)):  # three in a week earn a welcome
        move_today(cast.ben, sport_type, minutes_ago=minutes_ago)
    settled(cast.anna, 6)
    settled(cast.ben, 4)


def settled(athlete: Athlete, workouts: int) -> State:
    """The state once every workout has been rewarded: XP granted and its messages in the inbox."""

    def look() -> State | None:
        state = State.of(athlete)
        listed = athlete.get("/v1/workouts")["items"]
        return state if len(listed) >= workouts and state.xp > 0 else None

    return eventually(look, within_s=PATIENCE_S, every_s=0.2)


def streams_of(athlete: Athlete, workout_id: str, resolution: str = "low") -> dict[str, Any]:
    """At `low`, a hundred samples of each stream, once they are there."""
    return _once_there(athlete, f"/v1/workouts/{workout_id}/streams?resolution={resolution}")


def metrics_of(athlete: Athlete, workout_id: str) -> dict[str, Any]:
    """What the workout means, once it was measured with everything that is known of the body."""

    def look() -> dict[str, Any] | None:
        found = _once_there(athlete, f"/v1/workouts/{workout_id}/metrics")
        return found if found["load"]["method"] == "power_tss" else None

    return eventually(look, within_s=PATIENCE_S)


def trend_of(athlete: Athlete, metric: str, days: tuple[str, str]) -> list[dict[str, Any]]:
    """By day, over these days."""
    path = f"/v1/metrics/trends/{metric}?period=day&from={days[0]}&to={days[1]}"
    return eventually(lambda: athlete.get(path)["items"], within_s=PATIENCE_S)


def _once_there(athlete: Athlete, path: str) -> dict[str, Any]:
    def look() -> dict[str, Any] | None:
        try:
            shown: dict[str, Any] = athlete.get(path)
        except ApiError as error:
            if error.answer.status_code == HTTPStatus.NOT_FOUND:
                return None
            raise
        return shown

    return eventually(look, within_s=PATIENCE_S)


# --- live -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Watched:
    """A live run as it was sent, as a follower saw it, and as it stands in the diary."""

    sent: int
    seen: list[dict[str, Any]]
    ended: str | None
    workout: dict[str, Any]
    recorded: int


def live_run(cast: Cast, socket: str, recorded: dict[str, Any]) -> Watched:
    """Ben's run again, second by second: Anna watches, the start is a privacy zone, and the line breaks on the way."""
    from local.demo.live import Follower, Live

    columns = _columns(recorded["streams"])
    seconds = columns.pop("time_s")
    lat, lon = columns["lat"][0], columns["lon"][0]
    cast.ben.call("PUT", "/v1/me/privacy-zones/home", {"lat": lat, "lon": lon, "radius_m": 200, "label": "Home"})
    live = Live(cast.ben, socket)
    live.allow(cast.anna, heart_rate=True)
    started_at = datetime.now(UTC) - timedelta(seconds=seconds[-1])
    live.start("Run", started_at.isoformat(), time_zone=BENS_ZONE, name="Live along the river")
    follower = Follower.with_account(socket, cast.anna)
    last_lat = next(lat for lat in reversed(columns["lat"]) if lat is not None)
    is_in_sight = False
    for part in range(0, len(seconds), PART_S):
        if part == len(seconds) // 2 // PART_S * PART_S:
            live.line.break_off()
        end = part + PART_S
        live.samples(seconds[part:end], **{name: values[part:end] for name, values in columns.items()})
        is_in_sight = is_in_sight or follower.finds(cast.ben.user_id)
        follower.look(within_s=0.1)
    live.catch_up_over_http()
    eventually(lambda: _has_seen(follower, last_lat), within_s=PATIENCE_S)
    live.say("stop", at_s=seconds[-1])
    follower.look(within_s=1.0)
    workout = _once_there(cast.ben, f"/v1/workouts/{live.session_id}")
    kept = streams_of(cast.ben, live.session_id, "full")
    seen = {one["time_s"]: one for one in follower.seen if one["time_s"] is not None}
    return Watched(len(seconds), [seen[at] for at in sorted(seen)], follower.ended, workout, kept["original_size"])


def _has_seen(follower: "Follower", lat: float) -> bool:
    follower.look(within_s=0.2)
    return any(one["position"] is not None and one["position"][0] == lat for one in follower.seen)


def _columns(streams: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """The first minutes of a recording as an app would send them."""
    positions = [position or [None, None] for position in streams["latlng"][:ENOUGH_SAMPLES]]
    return {
        "time_s": streams["time"][:ENOUGH_SAMPLES],
        "lat": [lat for lat, _ in positions],
        "lon": [lon for _, lon in positions],
        "distance_m": streams["distance"][:ENOUGH_SAMPLES],
        "speed_mps": streams["velocity_smooth"][:ENOUGH_SAMPLES],
        "heart_rate_bpm": streams["heartrate"][:ENOUGH_SAMPLES],
    }
