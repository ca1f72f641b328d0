"""The main job on real recordings: what two athletes do, and what is true before and after."""

from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

from local.demo.client import ApiError, Athlete, Door, eventually

QUIET_S = 40.0


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


def register(door: Door) -> Cast:
    anna = Athlete.register(door, "Anna", language="ru", time_zone="Europe/Moscow")
    ben = Athlete.register(door, "Ben", language="en", time_zone="Europe/Berlin")
    return Cast(anna, ben)


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


RIDE = "4078723797"
SENDINGS = (
    Sending("anna", f"{RIDE}.fit", "a ride, from the bike computer", {"time_zone": "Europe/Moscow"}),
    Sending("anna", f"activity_{RIDE}.tcx", "the same ride as TCX", {}),
    Sending("anna", f"{RIDE}_strava.gpx", "the same ride from Strava, to be merged", {"on_duplicate": "merge"}),
    Sending("anna", "6471559601_ACTIVITY.fit", "three sports in one file", {"time_zone": "Europe/Moscow"}),
    Sending("ben", "3173437224.tcx", "a run with a break, from a watch", {"time_zone": "Europe/Berlin"}),
    Sending("ben", "broken.fit", "half a file", {}),
)


def halved(folder: Path, scratch: Path) -> Path:
    """A recording that broke off in the middle."""
    data = (folder / f"{RIDE}.fit").read_bytes()
    broken = scratch / "broken.fit"
    broken.write_bytes(data[: len(data) // 2])
    return broken


def settled(athlete: Athlete, workouts: int) -> State:
    """The state once every workout has been rewarded: XP granted and its messages in the inbox."""

    def look() -> State | None:
        state = State.of(athlete)
        listed = athlete.get("/v1/workouts")["items"]
        return state if len(listed) >= workouts and state.xp > 0 else None

    return eventually(look, within_s=QUIET_S, every_s=0.2)


def streams_of(athlete: Athlete, workout_id: str) -> dict[str, Any]:
    """A hundred samples of each stream, once they are there."""
    path = f"/v1/workouts/{workout_id}/streams?resolution=low"

    def look() -> dict[str, Any] | None:
        try:
            shown: dict[str, Any] = athlete.get(path)
        except ApiError as error:
            if error.answer.status_code == HTTPStatus.NOT_FOUND:
                return None
            raise
        return shown

    return eventually(look, within_s=QUIET_S)
