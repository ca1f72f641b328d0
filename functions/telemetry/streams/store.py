"""The telemetry table: chunks of streams. Access patterns stand in README.md."""

from collections.abc import Iterable, Iterator

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from pynamodb.attributes import BinaryAttribute

from stadion.dynamo import Item, Transaction, next_revision, put_over
from stadion.sports import SportType
from telemetry import keys
from telemetry.streams.values import Facts


class _ChunkItem(Item):
    data = BinaryAttribute(legacy_encoding=False)


class Kept(BaseModel):
    """Which streams of a workout are kept, as of which revision of it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    workout_id: str
    revision: int
    key: str | None = Field(default=None, description="of the claim that the chunks came from; None: there are none")
    sport_type: SportType = SportType.WORKOUT
    started_at: AwareDatetime | None = None
    facts: Facts | None = Field(default=None, description="None: the workout was deleted")
    garbage: list[str] = Field(default_factory=list, description="keys of chunks that may go")


def find(user_id: str, workout_id: str) -> tuple[Kept | None, Item | None]:
    item = Item.find(_user(user_id), _sk(workout_id))
    return (Kept.model_validate(item.body) if item is not None else None), item


def all_kept(user_id: str) -> Iterator[Kept]:
    """One request for each megabyte, which is some two thousand workouts."""
    found = Item.query(_user(user_id), Item.sk.startswith(_sk("")), consistent_read=True)
    return (Kept.model_validate(item.body) for item in found)


def kept_key(user_id: str, workout_id: str) -> Item:
    return Item(pk=_user(user_id), sk=_sk(workout_id))


def keep(user_id: str, kept: Kept, stored: Item | None) -> None:
    """`WriteConflictError` when the item is not `stored` any more."""
    revision = next_revision(stored)
    body = kept.model_dump(mode="json", exclude_none=True)
    new = Item(pk=_user(user_id), sk=_sk(kept.workout_id), kind="streams", revision=revision, body=body)
    transaction = Transaction()
    put_over(transaction, stored, new)
    transaction.commit()


def write_chunks(user_id: str, workout_id: str, key: str, parts: Iterable[bytes]) -> None:
    """Nobody reads them before `keep` names their key; the same chunks again change nothing."""
    with _ChunkItem.batch_write() as batch:
        for number, part in enumerate(parts):
            batch.save(_ChunkItem(pk=_chunks(user_id, workout_id, key), sk=f"{number:05d}", kind="chunk", data=part))


def read_chunks(user_id: str, kept: Kept) -> list[bytes]:
    """One request for each megabyte, which is some forty hours."""
    found = _ChunkItem.query(_chunks(user_id, kept.workout_id, kept.key or ""), consistent_read=True)
    return [item.data for item in found]


def delete_chunks(user_id: str, workout_id: str, key: str) -> None:
    pk = _chunks(user_id, workout_id, key)
    found = list(_ChunkItem.query(pk, consistent_read=True))
    with _ChunkItem.batch_write() as batch:
        for item in found:
            batch.delete(item)


def are_same_chunks(key: str | None, other: str | None) -> bool:
    """Chunks are found by the last part of the key: their content's name, or `live` for those that grew there."""
    return key is not None and other is not None and _partition(key) == _partition(other)


def are_live(key: str | None) -> bool:
    return key is not None and _partition(key) == keys.LIVE


def _partition(key: str) -> str:
    return key.rsplit("/", 1)[-1]


def _user(user_id: str) -> str:
    return f"USER#{user_id}"


def _sk(workout_id: str) -> str:
    return f"STREAMS#{workout_id}"


def _chunks(user_id: str, workout_id: str, key: str) -> str:
    return keys.chunks(user_id, workout_id, _partition(key))
