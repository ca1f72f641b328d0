"""The oracle: everything computed once more, from the last versions alone, by nobody's code but this."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from stadion.sports import sport
from tests.platform.e2e.faults.world import Fields, Life, Piece

Totals = dict[str, dict[str, int]]
COMPETES_AS = {"Run": "run", "TrailRun": "run", "Ride": "ride", "Swim": "swim", "Yoga": "yoga"}


def standing(lives: Iterable[Life]) -> dict[str, Fields]:
    """Workout id -> its last version, of those that were not deleted."""
    return {
        life.workout_id: {**life.last, "workout_id": life.workout_id, "best_efforts": life.best_efforts}
        for life in lives
        if not life.deleted
    }


def started(workout: Fields) -> datetime:
    return moment(workout["started_at"])


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def is_flagged(workout: Fields) -> bool:
    metres, seconds = workout["distance_m"] or 0, workout["moving_time_s"]
    return bool(metres / seconds > sport(workout["sport_type"]).limit_mps(metres))


# --- gear -----------------------------------------------------------------------------------------------------------


def worn_gear(workout: Fields, locker: list[Piece]) -> list[str]:
    if workout["gear_ids"] is not None:
        return sorted(workout["gear_ids"])
    defaults = [
        (piece.new["used_since"], piece.gear_id)
        for piece in locker
        if workout["sport_type"] in piece.new.get("default_for", [])
        and piece.new["used_since"] <= started(workout).date().isoformat()
    ]
    return [max(defaults)[1]] if defaults else []


def gear_totals(workouts: Iterable[Fields], locker: list[Piece]) -> Totals:
    """`gear` or `gear/component` -> measure, also by month -> amount."""
    parts = {piece.gear_id: piece.new.get("components", []) for piece in locker}
    totals: Totals = defaultdict(lambda: defaultdict(int))
    for workout in workouts:
        month = f"{started(workout):%Y-%m}"
        amounts = {
            "distance_m": round(workout["distance_m"] or 0),
            "time_s": round(workout["moving_time_s"]),
            "sessions": 1,
        }
        for gear_id in [] if is_flagged(workout) else worn_gear(workout, locker):
            fitted = [part for part in parts[gear_id] if moment(part["installed_at"]) <= started(workout)]
            for name in [gear_id, *(f"{gear_id}/{part['component_id']}" for part in fitted)]:
                for measure, amount in amounts.items():
                    totals[name][measure] += amount
                    totals[name][f"{measure}@{month}"] += amount
    return without_zeros(totals)


def without_zeros(totals: Totals) -> Totals:
    kept = {
        name: {measure: amount for measure, amount in amounts.items() if amount} for name, amounts in totals.items()
    }
    return {name: amounts for name, amounts in kept.items() if amounts}


# --- XP and records -------------------------------------------------------------------------------------------------


def days_xp(workouts: Iterable[Fields]) -> dict[str, int]:
    """The athlete's own day -> XP before the cap."""
    days: dict[str, int] = defaultdict(int)
    for workout in workouts:
        day = started(workout).astimezone(ZoneInfo(workout["time_zone"])).date().isoformat()
        if not is_flagged(workout):
            days[day] += round(
                workout["moving_time_s"] / 60 * sport(workout["sport_type"]).xp_weight * _effort(workout)
            )
    return {day: xp for day, xp in days.items() if xp}


def _effort(workout: Fields) -> float:
    bpm = workout["average_heart_rate_bpm"]
    if bpm is None:
        return 1.0
    return 0.9 if bpm < 110 else 1.0 if bpm < 130 else 1.15 if bpm < 150 else 1.3 if bpm < 170 else 1.4


def total_xp(workouts: Iterable[Fields]) -> int:
    return sum(min(300, xp) for xp in days_xp(workouts).values())


def level_of(xp: int) -> int:
    level = 1
    while level < 50 and xp >= 50 * level * (level + 1):
        level += 1
    return level


def records(workouts: Iterable[Fields]) -> dict[str, tuple[float, str]]:
    """`group.distance` -> seconds and workout; of equal ones the earliest in life, then the smallest id."""
    best: dict[str, tuple[float, datetime, str]] = {}
    for workout in workouts:
        group = COMPETES_AS[workout["sport_type"]]
        for effort in [] if is_flagged(workout) else workout["best_efforts"]:
            offer = (effort["elapsed_time_s"], started(workout), workout["workout_id"])
            key = f"{group}.{effort['name']}"
            best[key] = min(best.get(key, offer), offer)
    return {key: (seconds, workout_id) for key, (seconds, _, workout_id) in best.items()}
