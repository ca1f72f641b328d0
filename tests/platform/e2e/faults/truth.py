"""The oracle: everything computed once more, from the last versions alone, by nobody's code but this."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime
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
            days[day] += _xp(workout)
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


# --- streaks, goals, achievements, boards -----------------------------------------------------------------------------


def is_recorded(workout_id: str) -> bool:
    """Every second one is told to play as if a device had recorded it: the world of this proof types all of them."""
    return int(workout_id[0], 16) % 2 == 0


def counting(workouts: Iterable[Fields]) -> list[Fields]:
    return [workout for workout in workouts if not is_flagged(workout)]


def local_day(workout: Fields) -> date:
    return started(workout).astimezone(ZoneInfo(workout["time_zone"])).date()


def active_days(workouts: Iterable[Fields]) -> dict[date, int]:
    """The athlete's own day -> how many workouts."""
    return dict(Counter(local_day(workout) for workout in counting(workouts)))


def goal_days(workouts: Iterable[Fields]) -> Totals:
    """The athlete's own day -> `family.metric` -> thousandths."""
    days: Totals = defaultdict(lambda: defaultdict(int))
    for workout in counting(workouts):
        family, sums = sport(workout["sport_type"]).family, days[local_day(workout).isoformat()]
        sums[f"{family}.distance"] += round((workout["distance_m"] or 0) * 1000)
        sums[f"{family}.moving_time"] += round(workout["moving_time_s"] * 1000)
        sums[f"{family}.workouts"] += 1000
        sums[f"{family}.xp"] += 1000 * _xp(workout)
    return without_zeros(days)


def within(workouts: Iterable[Fields], first: str, last: str) -> list[Fields]:
    days = (date.fromisoformat(first), date.fromisoformat(last))
    return [workout for workout in counting(workouts) if days[0] <= local_day(workout) <= days[1]]


def awards(workouts: Iterable[Fields]) -> set[tuple[str, str, int]]:
    """Of four achievements, as published: id, occurrence, level."""
    counted = counting(workouts)
    weeks: dict[str, set[date]] = defaultdict(set)
    for workout in counted:
        year, week, _ = local_day(workout).isocalendar()
        weeks[f"{year}-W{week:02d}"].add(local_day(workout))
    measured = {
        "workouts": (len(counted), (10, 50, 100, 500, 1000)),
        "hours": (sum(workout["moving_time_s"] for workout in counted), (36_000, 360_000, 1_800_000, 3_600_000)),
        "sports": (len({workout["sport_type"] for workout in counted}), (3, 5, 10, 20)),
    }
    found = {
        (name, "once", level)
        for name, (value, tiers) in measured.items()
        for level, tier in enumerate(tiers, 1)
        if value >= tier
    }
    return found | {("active_week", week, 1) for week, days in weeks.items() if len(days) >= 5}


def _xp(workout: Fields) -> int:
    earned: int = round(workout["moving_time_s"] / 60 * sport(workout["sport_type"]).xp_weight * _effort(workout))
    return earned


def board_scores(workouts: Iterable[Fields]) -> dict[str, dict[str, int]]:
    """Period -> `family|metric` -> what stands on the boards of the world: of what was recorded, by days of UTC."""
    days: dict[tuple[date, str], int] = defaultdict(int)
    for workout in counting(workouts):
        if is_recorded(workout["workout_id"]):
            for family in ("all", sport(workout["sport_type"]).family.value):
                days[started(workout).date(), f"{family}|xp"] += _xp(workout)
                days[started(workout).date(), f"{family}|distance"] += round(workout["distance_m"] or 0)
    found: Totals = defaultdict(lambda: defaultdict(int))
    for (day, key), amount in days.items():
        year, week, _ = day.isocalendar()
        for period in (f"{year}-W{week:02d}", f"{day:%Y-%m}", "ever"):
            found[period][key] += min(300, amount) if key.endswith("|xp") else amount
    return without_zeros(found)


def ranked(scores: Iterable[int]) -> list[tuple[int, int]]:
    """Rank and score: 1, 2, 2, 4."""
    best_first = sorted((score for score in scores if score), reverse=True)
    return [(best_first.index(score) + 1, score) for score in best_first]
