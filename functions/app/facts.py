"""What the services say of themselves: the words of their codes, and their limits. `stadion contracts write` gathers
both into the files beside this one."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, Field

WORDS: Final = Path(__file__).with_name("words.json")
LIMITS: Final = Path(__file__).with_name("limits.json")


class AppLimits(BaseModel):
    """What is refused beyond; counts, unless the name says bytes or characters."""

    requests_a_minute: int
    page_items: int
    uploads_a_day: int
    upload_bytes_a_day: int
    workouts_a_day: int
    upload_bytes: int
    files_a_workout: int
    name_characters: int
    description_characters: int
    notes_characters: int
    tags: int
    gear_a_workout: int
    photos_a_workout: int
    photo_bytes: int
    workouts_in_bulk: int


class CodeWords(BaseModel):
    """Kind of code -> code -> language -> what it is called."""

    words: dict[str, dict[str, dict[str, str]]] = Field(examples=[{"sports": {"Run": {"en": "Running", "ru": "Бег"}}}])


@cache
def limits() -> AppLimits:
    return AppLimits.model_validate_json(LIMITS.read_bytes())


@cache
def words() -> tuple[str, CodeWords]:
    """With an entity tag of what they are."""
    read = WORDS.read_bytes()
    return f'"{hashlib.sha256(read).hexdigest()[:16]}"', CodeWords(words=json.loads(read))
