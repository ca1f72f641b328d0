"""This service's own copy of the athlete, in the telemetry table. Access patterns stand in the service's README.md.

The head counts every change of the copy, that of a day too: who relies on the head relies on all of it.
"""

from collections.abc import Callable

from stadion.dynamo import Item, Transaction, next_revision, put_over
from telemetry.metrics.athletes.domain import Athlete, Entry, Profile

HEAD = "HEAD"


def read(user_id: str) -> tuple[Athlete, Item | None]:
    """The head first: if it is still the same later, so is everything else."""
    head = _head(user_id)
    days = Item.query(_pk(user_id), Item.sk.startswith("DAY#"), consistent_read=True)
    return Athlete(_profile(head), tuple(Entry.model_validate(item.body) for item in days)), head


def profile(user_id: str) -> Profile:
    return _profile(_head(user_id))


def know_profile(user_id: str, update: Callable[[Profile], Profile]) -> tuple[Profile, Profile]:
    """The copy before and after; `WriteConflictError`."""
    head = _head(user_id)
    known = _profile(head)
    updated = update(known)
    if updated != known:
        transaction = Transaction()
        put_over(transaction, head, _next_head(user_id, head, updated))
        transaction.commit()
    return known, updated


def know_entry(user_id: str, entry: Entry) -> tuple[Entry, bool]:
    """What is known of the day now, and whether that is news; `WriteConflictError`."""
    head = _head(user_id)
    stored = Item.find(_pk(user_id), _day(entry))
    known = Entry.model_validate(stored.body) if stored is not None else None
    if known is not None and known.revision >= entry.revision:
        return known, False
    ever = sorted({*(known.ever if known is not None else ()), *entry.values})
    updated = entry.model_copy(update={"ever": ever})
    body = updated.model_dump(mode="json")
    transaction = Transaction()
    new = Item(pk=_pk(user_id), sk=_day(entry), kind="physical", revision=entry.revision, body=body)
    put_over(transaction, stored, new)
    put_over(transaction, head, _next_head(user_id, head, _profile(head)))
    transaction.commit()
    return updated, True


def _head(user_id: str) -> Item | None:
    return Item.find(_pk(user_id), HEAD)


def head_key(user_id: str) -> Item:
    return Item(pk=_pk(user_id), sk=HEAD)


def _profile(head: Item | None) -> Profile:
    return Profile.model_validate(head.body) if head is not None else Profile()


def _next_head(user_id: str, head: Item | None, profile: Profile) -> Item:
    revision = next_revision(head)
    return Item(pk=_pk(user_id), sk=HEAD, kind="athlete", revision=revision, body=profile.model_dump(mode="json"))


def _pk(user_id: str) -> str:
    return f"ATHLETE#{user_id}"


def _day(entry: Entry) -> str:
    return f"DAY#{entry.day.isoformat()}"
