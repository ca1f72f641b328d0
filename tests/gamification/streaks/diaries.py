"""Diaries for tests of streaks, and what streaks are by another way of counting: a player who lives day after day."""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from gamification.streaks.domain import (
    Diary,
    Settings,
    Start,
    Streaks,
    StreakUnit,
    account_of,
    measure_of,
    starts_of,
    streaks,
)
from stadion.weeks import WeekStart

ZONES = (
    "UTC",
    "Europe/Moscow",
    "Europe/Berlin",
    "America/New_York",
    "America/Los_Angeles",
    "Asia/Kamchatka",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Honolulu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
Began = tuple[datetime, str]
"""The moment and the zone of a workout."""


def began(local: str, zone: str) -> Began:
    """`local` as the athlete's clock shows it."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC), zone


def kept(workouts: list[Began]) -> list[Start]:
    """By way of what the ledger keeps of them."""
    accounts: dict[str, Counter[str]] = {}
    for moment, zone in workouts:
        local = moment.astimezone(ZoneInfo(zone))
        accounts.setdefault(account_of(local), Counter())[measure_of(local)] += 1
    return starts_of(accounts.items())


def counted(
    workouts: list[Began],
    now: datetime,
    home: str = "UTC",
    settings: Settings | None = None,
    week_start: WeekStart = WeekStart.MONDAY,
) -> Streaks:
    at_home = now.astimezone(ZoneInfo(home)).utcoffset() or timedelta()
    return streaks(Diary.of(kept(workouts), settings or Settings(), week_start, now, at_home))


# --- by another way ---------------------------------------------------------------------------------------------------


@dataclass
class Player:
    every: int
    run: int = 0
    best: int = 0
    held: int = 0
    frozen: list[date] = field(default_factory=list)

    def wins(self) -> None:
        self.run += 1
        self.best = max(self.best, self.run)
        if self.run % self.every == 0 and self.held < 2:
            self.held += 1

    def loses(self, day: date) -> None:
        if self.run and self.held:
            self.held -= 1
            self.frozen.append(day)
        else:
            self.run, self.frozen = 0, []


def lived(
    workouts: list[Began], now: datetime, home: str, settings: Settings, week_start: WeekStart
) -> dict[StreakUnit, Player]:
    local = sorted((moment, moment.astimezone(ZoneInfo(zone))) for moment, zone in workouts)
    local = [(moment, there) for moment, there in local if moment <= now + timedelta(minutes=15)]
    players = {StreakUnit.DAY: Player(7), StreakUnit.WEEK: Player(4)}
    if not local:
        return players
    days = [there.date() for _, there in local]
    last_offset = local[-1][1].utcoffset()
    assert last_offset is not None
    today = min(now.astimezone(ZoneInfo(home)).date(), (now + last_offset).date())
    today = max(today, *days)
    pardoned, left_out = set(), set()
    by_day = sorted(set(days))
    for one, other in pairwise(by_day):
        before = [there for _, there in local if there.date() == one][-1]
        after = next(there for _, there in local if there.date() == other)
        jump = (after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
        gap = [one + timedelta(n) for n in range(1, (other - one).days)]
        idle = [day for day in gap if not rests(settings, day)]
        if jump.total_seconds() >= 12 * 3600:
            pardoned.update(idle[:1])
            left_out.update(gap[:1])
    day = by_day[0]
    while day <= today:
        if day in days:
            players[StreakUnit.DAY].wins()
        elif day != today and day not in pardoned and not rests(settings, day):
            players[StreakUnit.DAY].loses(day)
        day += timedelta(1)
    week = week_start.first_day(by_day[0])
    while week <= today:
        its_days = [week + timedelta(n) for n in range(7)]
        rules = [settings.at(one) for one in its_days]
        asked = min(one.days_per_week for one in rules)
        if len(set(its_days) & set(days)) >= min(asked, len(set(its_days) - left_out)):
            players[StreakUnit.WEEK].wins()
        elif today not in its_days and not any(one.paused for one in rules):
            players[StreakUnit.WEEK].loses(week)
        week += timedelta(7)
    return players


def rests(settings: Settings, day: date) -> bool:
    rules = settings.at(day)
    return rules.paused or day.isoweekday() in rules.rest_weekdays


# --- at random --------------------------------------------------------------------------------------------------------


def random_workouts(draw: random.Random, most_days: int = 60) -> list[Began]:
    """Around a day on which clocks are put on or back, in zones of all kinds."""
    first = datetime.fromisoformat(draw.choice(("2026-03-01T00:00Z", "2026-10-10T00:00Z", "2011-12-10T00:00Z")))
    zone, workouts = draw.choice(ZONES), []
    days = draw.randint(1, most_days)
    busy = draw.choice((0.3, 0.7, 0.9, 0.97))
    for number in range(days):
        if draw.random() < 0.08:
            zone = draw.choice(ZONES)
        while draw.random() < busy / (1 if draw.random() < 0.9 else 2):
            workouts.append((first + timedelta(days=number, minutes=draw.randint(0, 1439)), zone))
            if draw.random() < 0.7:
                break
    draw.shuffle(workouts)
    return workouts
