"""What lists and totals know of a workout without reading it: its entry in the athlete's index."""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final, Self

from stadion.clock import local_date, rfc3339
from stadion.consents import ASSUMED_CALORIES
from stadion.sports import SportType
from workouts.domain import HEALTH_FLAGS, Workout

MAX_WORD: Final = 24
"""Letters of a word that are compared."""
MAX_WORDS: Final = 2_000
"""Bytes of an entry's words: some 300 of them; those of the name come first."""
WORD: Final = re.compile(r"[^\W_]+")
THOUSANDTHS: Final = 1_000


class Standing(StrEnum):
    """Whether a workout is flagged depends on who is told: a flag of the heart is health data."""

    COUNTS = "c"
    DOUBTED = "h"
    """By the heart alone."""
    FLAGGED = "f"

    def is_flagged(self, *, agrees: bool) -> bool:
        return self is Standing.FLAGGED or (agrees and self is Standing.DOUBTED)


@dataclass(frozen=True, slots=True)
class Entry:
    """Numbers in SI units; None: the workout does not say."""

    started_at: str
    """UTC with milliseconds: text order is time order."""
    workout_id: str
    sport: SportType
    day: date
    """The workout's own, by its zone."""
    elapsed: float
    moving: float
    distance: float | None = None
    ascent: float | None = None
    speed: float | None = None
    calories: float | None = None
    is_assumed: bool = False
    """The calories, by an assumed mass: no health data."""
    standing: Standing = Standing.COUNTS
    has_gps: bool = False
    gear: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    words: str = ""

    @property
    def flag(self) -> str | None:
        return None if self.standing is Standing.COUNTS else self.standing.value

    @property
    def position(self) -> str:
        return f"{self.started_at}#{self.workout_id}"

    @classmethod
    def of(cls, workout: Workout) -> Self:
        return cls(
            started_at=rfc3339(workout.started_at),
            workout_id=workout.workout_id,
            sport=workout.sport_type,
            day=local_date(workout.started_at, workout.time_zone),
            elapsed=workout.elapsed_time_s,
            moving=workout.moving_time_s,
            distance=workout.distance_m,
            ascent=workout.ascent_m,
            speed=workout.average_speed_mps,
            calories=workout.calories_kcal,
            is_assumed=workout.calories_kcal is not None and workout.calories_method == ASSUMED_CALORIES,
            standing=_standing(workout),
            has_gps=workout.start_latlng is not None or workout.polyline is not None,
            gear=tuple(workout.worn_gear_ids),
            tags=tuple(tag_key(tag) for tag in workout.tags),
            marks=tuple(mark.value for mark in workout.marks),
            words=words_of(workout.name, workout.description, workout.notes),
        )

    # --- as it is stored, in few bytes ---

    def dump(self) -> str:
        told = {letter: _short(getattr(self, name)) for name, letter in LETTERS.items()}
        told["y"] = (self.day - _utc_day(self.started_at)).days
        kept = {name: value for name, value in told.items() if value or (value == 0 and name in ZEROS)}
        return json.dumps(kept, separators=(",", ":"), ensure_ascii=False)

    @classmethod
    def load(cls, started_at: str, workout_id: str, dumped: str, words: str) -> Self:
        told = json.loads(dumped)
        return cls(
            started_at=started_at,
            workout_id=workout_id,
            sport=SportType(told["s"]),
            day=_utc_day(started_at) + timedelta(days=told.get("y", 0)),
            elapsed=told.get("e", 0),
            moving=told.get("m", 0),
            distance=told.get("d"),
            ascent=told.get("u"),
            speed=told.get("v"),
            calories=told.get("c"),
            is_assumed=bool(told.get("a")),
            standing=Standing(told.get("f", Standing.COUNTS)),
            has_gps=bool(told.get("p")),
            gear=tuple(told.get("g", ())),
            tags=tuple(told.get("t", ())),
            marks=tuple(told.get("k", ())),
            words=words,
        )

    def amounts(self) -> dict[str, int]:
        """Calories apart from those that no consent is asked for."""
        calories = "assumed_calories_kcal" if self.is_assumed else "calories_kcal"
        sums = {
            "workouts": 1,
            "distance_m": _thousandths(self.distance),
            "elapsed_time_s": _thousandths(self.elapsed),
            "moving_time_s": _thousandths(self.moving),
            "ascent_m": _thousandths(self.ascent),
            calories: _thousandths(self.calories),
        }
        return {measure: amount for measure, amount in sums.items() if amount}


LETTERS: Final = {
    "sport": "s",
    "elapsed": "e",
    "moving": "m",
    "distance": "d",
    "ascent": "u",
    "speed": "v",
    "calories": "c",
    "is_assumed": "a",
    "flag": "f",
    "has_gps": "p",
    "gear": "g",
    "tags": "t",
    "marks": "k",
}
"""Field -> its name in the item."""
ZEROS: Final = frozenset("duvc")
"""Numbers of which 0 is not the same as none."""
MEASURES: Final = (
    "workouts",
    "distance_m",
    "elapsed_time_s",
    "moving_time_s",
    "ascent_m",
    "calories_kcal",
    "assumed_calories_kcal",
)
"""Integers, so that any order gives the same sum: thousandths, but for the number of workouts."""


def _standing(workout: Workout) -> Standing:
    if not workout.flags:
        return Standing.COUNTS
    return Standing.DOUBTED if all(flag.code in HEALTH_FLAGS for flag in workout.flags) else Standing.FLAGGED


def _utc_day(started_at: str) -> date:
    return date.fromisoformat(started_at[:10])


def _short(value: Any) -> Any:
    if isinstance(value, bool):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _thousandths(value: float | None) -> int:
    return round((value or 0.0) * THOUSANDTHS)


# --- words ----------------------------------------------------------------------------------------------------------


WHOLE: Final = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "ŧ": "t", "ŋ": "n", "æ": "ae", "œ": "oe", "þ": "th"}
)
"""Latin letters that Unicode takes for ones of their own, and people for others with a stroke: without case."""


def folded(text: str) -> str:
    """Without case and accents (Unicode's NFKD), so that ё is found by е, and ø by o."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).translate(WHOLE)


def tag_key(tag: str) -> str:
    """By which tags are one, as `tags_of` has it."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", tag).strip().casefold())


def parts_of(tag: str) -> tuple[str, ...]:
    """A list in a query is told with commas, whichever way it was sent: a tag with one arrives as several."""
    return (tag, *(part.strip() for part in tag.split(","))) if "," in tag else (tag,)


def words_in(text: str) -> Iterator[str]:
    return (word[:MAX_WORD] for word in WORD.findall(folded(text)))


def words_of(*texts: str | None) -> str:
    """Each once, while there is room."""
    room, kept = MAX_WORDS, []
    for word in dict.fromkeys(word for text in texts if text for word in words_in(text)):
        room -= len(word.encode()) + 1
        if room < 0:
            break
        kept.append(word)
    return " ".join(kept)
