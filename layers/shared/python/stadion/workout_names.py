"""What a workout is called while nobody named it: "Morning run", "Утренняя пробежка"; by `workout_names.toml`."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from stadion.i18n import Language
from stadion.sports import SportType

PARTS_OF_DAY: Final = ((4, "night"), (11, "morning"), (14, "midday"), (18, "afternoon"), (22, "evening"), (24, "night"))
"""Until which hour of the athlete's own clock each lasts."""


def workout_name(sport_type: SportType, started_at: datetime, time_zone: str, language: Language) -> str:
    """By the clock of the zone in which it began; by UTC in a zone that nobody knows."""
    part, words = _words()["parts_of_day"][_part_of_day(started_at, time_zone)], _words()["sports"][sport_type.value]
    when = part["en"] if language is Language.EN else part[words["form"]]
    return f"{when} {words[language.value]}"


def _part_of_day(started_at: datetime, time_zone: str) -> str:
    try:
        hour = started_at.astimezone(ZoneInfo(time_zone)).hour
    except (ZoneInfoNotFoundError, ValueError):
        hour = started_at.hour
    return next(part for until, part in PARTS_OF_DAY if hour < until)


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
