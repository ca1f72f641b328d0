"""Where a live session is in the diary."""

from dataclasses import asdict, dataclass

from stadion.dynamo import Item, Transaction, next_revision, put_over
from workouts import keys


@dataclass(frozen=True)
class LiveEntry:
    workout_id: str
    session_revision: int


def find(user_id: str, session_id: str) -> tuple[LiveEntry | None, Item | None]:
    """The workout that it is in, as of which finish of it."""
    item = Item.find(keys.user(user_id), _sk(session_id))
    return (LiveEntry(**item.body) if item is not None else None), item


def keep(transaction: Transaction, user_id: str, session_id: str, entry: LiveEntry, stored: Item | None) -> None:
    """`WriteConflictError` when it is not as it was read."""
    revision = next_revision(stored)
    item = Item(pk=keys.user(user_id), sk=_sk(session_id), kind="live", revision=revision, body=asdict(entry))
    put_over(transaction, stored, item)


def _sk(session_id: str) -> str:
    return f"LIVE#{session_id}"
