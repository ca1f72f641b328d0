"""The telemetry table: which streams of a workout are kept, and their chunks. Access patterns stand in README.md."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from pydantic import AwareDatetime, Field

from stadion import writes
from stadion.change import Change
from stadion.records import Place, Records, Stored, fetch
from stadion.sports import SportType
from stadion.streams.codec import Floats
from stadion.streams.told import Told, columns_of, unpacked
from stadion.values import Value
from telemetry import chunk_store
from telemetry.chunk_store import CHUNKS
from telemetry.streams.values import Facts

M = TypeVar("M")


class Kept(Value):
    """Which streams of a workout are kept, as of which revision of it."""

    workout_id: str
    revision: int
    key: str | None = Field(default=None, description="of the claim that the chunks came from; None: there are none")
    is_live: bool = Field(default=False, description="nothing but a live session, whose own chunks stay")
    sport_type: SportType = SportType.WORKOUT
    started_at: AwareDatetime | None = None
    facts: Facts | None = Field(default=None, description="None: the workout was deleted")
    garbage: list[str] = Field(default_factory=list, description="keys of chunks that may go")


KEPT = Records(Kept, kind="streams", pk="USER#{user_id}", sk="STREAMS#{workout_id}")
"""Revision of the workout, key of its chunks, sport, start, facts, garbage: `on_workout_events`, on the revision; every
read of streams, and what measures."""


def read(user_id: str, workout_id: str) -> Stored[Kept]:
    return KEPT.read(user_id, workout_id)


def read_with(user_id: str, workout_id: str, beside: Place[M]) -> tuple[Stored[Kept], Stored[M]]:
    """`read`, and a value elsewhere, in one request."""
    place = KEPT.at(user_id, workout_id)
    found = fetch(place, beside)
    return found[place], found[beside]


def all_kept(user_id: str) -> Iterator[Kept]:
    """One request for each megabyte, which is some two thousand workouts."""
    return KEPT.every(user_id)


def keep(user_id: str, stored: Stored[Kept], kept: Kept, now: datetime) -> None:
    """`WriteConflictError` when what is kept is not `stored` any more."""
    with Change(user_id, now) as change:
        change.replace(stored, kept)


def write_chunks(user_id: str, workout_id: str, key: str, parts: Iterable[bytes], now: datetime) -> None:
    """Nobody reads them before `keep` names their key; the same chunks again change nothing."""
    content = _content(key)
    places = ((CHUNKS.at(user_id, workout_id, content, number), part) for number, part in enumerate(parts))
    writes.put_all(places, now)


def read_streams(user_id: str, kept: Kept) -> tuple[dict[str, Floats], Told | None]:
    """Its columns, and what the diary told beside them, in one query; nothing when nothing was recorded."""
    if kept.key is None:
        return {}, None
    parts = chunk_store.read(user_id, kept.workout_id, _content(kept.key))
    told = unpacked(parts)
    return columns_of(parts, told), told


def delete_chunks(user_id: str, workout_id: str, key: str) -> None:
    chunk_store.delete(user_id, workout_id, _content(key))


def are_same_chunks(key: str | None, other: str | None) -> bool:
    """Chunks are found by the last part of the key: their content's name, or `live` for those that grew there."""
    return key is not None and other is not None and _content(key) == _content(other)


def are_live(key: str | None) -> bool:
    return key is not None and _content(key) == chunk_store.LIVE


def _content(key: str) -> str:
    return key.rsplit("/", 1)[-1]
