"""What a thousand workouts could have been: athletes, their gear, and the life of each workout."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

Fields = dict[str, Any]

ZONES = ("UTC", "Europe/Moscow", "Asia/Vladivostok", "America/Los_Angeles", "Asia/Kolkata")
SPORTS = ("Run", "Run", "Run", "TrailRun", "Ride", "Ride", "Swim", "Yoga")
SPEED_MPS = {"Run": 3.0, "TrailRun": 2.4, "Ride": 7.5, "Swim": 0.9, "Yoga": 0.0}
EFFORTS = {"400m": 400, "1k": 1000, "1_mile": 1609, "5k": 5000, "10k": 10_000, "half_marathon": 21_097}
DAYS = 13
"""All of it is news: what is older is told to nobody, and moves the rest as any other."""
HALF_HOURS = 48


@dataclass(frozen=True)
class Piece:
    """A piece of gear as its owner adds it; `late` ones are added after all their workouts."""

    gear_id: str
    new: Fields
    late: bool = False


@dataclass(frozen=True)
class Life:
    """A workout from its first version to its last."""

    user_id: str
    workout_id: str
    first: Fields
    best_efforts: list[Fields]
    corrections: list[Fields]
    deleted: bool

    @property
    def revisions(self) -> int:
        return 1 + len(self.corrections) + self.deleted

    @property
    def last(self) -> Fields:
        """What the athlete sees in the end, were it not deleted."""
        fields = dict(self.first)
        for correction in self.corrections:
            fields |= correction
        return fields


@dataclass
class World:
    random: random.Random
    today: datetime
    workouts: int
    athletes: list[str] = field(default_factory=list)
    gear: dict[str, list[Piece]] = field(default_factory=dict)
    lives: list[Life] = field(default_factory=list)

    @classmethod
    def make(cls, *, seed: str, workouts: int, now: datetime) -> "World":
        """`now` in UTC; every workout lies in the days before it."""
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        world = cls(random.Random(seed), today, workouts)
        count = max(2, min(12, workouts // 80))
        world.athletes = [world._id() for _ in range(count)]
        world.gear = {athlete: world._locker() for athlete in world.athletes}
        starts = {athlete: world._starts() for athlete in world.athletes}
        world.lives = [world._life(athlete := world.athletes[n % count], starts[athlete]) for n in range(workouts)]
        world.random.shuffle(world.lives)
        return world

    def _id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))

    def _locker(self) -> list[Piece]:
        first_day, half_way = (self._day(days) for days in (DAYS + 10, DAYS // 2))
        fitted = [f"{self._day(days)}T06:00:00Z" for days in (DAYS, DAYS // 3)]
        parts = [{"component_id": self._id(), "name": "Chain", "limit": 150, "installed_at": at} for at in fitted]
        old = {"category": "running_shoes", "limit": 90, "initial_use": 20, "default_for": ["Run", "TrailRun"]}
        new = {"category": "running_shoes", "limit": 60, "default_for": ["Run"], "used_since": half_way}
        bike = {"category": "bike", "limit": 400, "default_for": ["Ride"], "components": parts}
        suit = {"category": "swimwear", "limit": 6, "default_for": ["Swim"]}
        late = {"category": "running_shoes", "limit": 500}
        always = {"used_since": first_day}
        pieces = [Piece(self._id(), fields) for fields in (old | always, new, bike | always, suit | always)]
        return [*pieces, Piece(self._id(), late, late=True)]

    def _day(self, ago: int) -> str:
        return f"{self.today - timedelta(days=ago):%Y-%m-%d}"

    def _starts(self) -> list[datetime]:
        """Distinct moments, crowded onto few days so that the daily cap matters; far enough apart to be no twins."""
        slots = [day * HALF_HOURS + half for day in range(1, DAYS, 3) for half in range(HALF_HOURS)]
        return [self.today - timedelta(minutes=30 * slot) for slot in self.random.sample(slots, len(slots))]

    def _life(self, athlete: str, starts: list[datetime]) -> Life:
        first = self._version(athlete, starts)
        corrections: list[Fields] = []
        while len(corrections) < 3 and self.random.random() < 0.35:
            corrections.append(self._correction(athlete, starts))
        deleted = self.random.random() < 0.12
        return Life(athlete, self._id(), first, self._efforts(first), corrections, deleted)

    def _version(self, athlete: str, starts: list[datetime]) -> Fields:
        sport = self.random.choice(SPORTS)
        moving_s = self.random.randrange(300, 9000)
        return {
            "sport_type": sport,
            "started_at": starts.pop().isoformat(),
            "time_zone": self.random.choice(ZONES),
            "moving_time_s": moving_s,
            "elapsed_time_s": moving_s + 60,
            "distance_m": self._distance(sport, moving_s),
            "average_heart_rate_bpm": self.random.choice([None, 95, 118, 140, 155, 178]),
            "gear_ids": self._named_gear(athlete),
        }

    def _distance(self, sport: str, moving_s: int) -> float | None:
        """Now and then one that nobody can run, which is flagged."""
        if not SPEED_MPS[sport]:
            return None
        absurd = 20 if self.random.random() < 0.04 else 1
        return round(SPEED_MPS[sport] * moving_s * self.random.uniform(0.8, 1.1) * absurd, 1)

    def _named_gear(self, athlete: str) -> list[str] | None:
        """None: the default; []: none at all; else one or two pieces."""
        roll = self.random.random()
        if roll < 0.45:
            return None
        ids = [piece.gear_id for piece in self.gear[athlete]]
        return self.random.sample(ids, 0 if roll < 0.6 else self.random.choice([1, 1, 2]))

    def _correction(self, athlete: str, starts: list[datetime]) -> Fields:
        version = self._version(athlete, starts)
        together = self.random.choice(
            [
                ("moving_time_s", "elapsed_time_s"),
                ("distance_m",),
                ("sport_type",),
                ("started_at",),
                ("gear_ids",),
                ("time_zone", "average_heart_rate_bpm"),
                ("moving_time_s", "elapsed_time_s", "distance_m", "sport_type", "gear_ids"),
            ]
        )
        return {name: version[name] for name in together}

    def _efforts(self, first: Fields) -> list[Fields]:
        """Seconds in few steps, so that many are equal."""
        if not SPEED_MPS[first["sport_type"]] or self.random.random() < 0.4:
            return []
        chosen = self.random.sample(sorted(EFFORTS), self.random.randrange(1, len(EFFORTS) + 1))
        return [
            {
                "name": name,
                "distance_m": float(EFFORTS[name]),
                "elapsed_time_s": EFFORTS[name] / 4 + 10 * self.random.randrange(20),
                "start_offset_s": 0.0,
            }
            for name in chosen
        ]
