"""The accounts table. Access patterns stand in README.md; nothing outside this module knows the keys."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from accounts.domain import Consent, JournalEntry, Physical, PrivacyZones, Profile
from accounts.errors import UserNotFoundError
from stadion import clock, pagination
from stadion.dynamo import Item, Transaction, absent, next_revision, page_of, put_over
from stadion.errors import StaleVersionError
from stadion.events.accounts import ConsentKind
from stadion.events.envelope import Event
from stadion.events.outbox import outbox_items
from stadion.observability import correlation_id


class ProfileExistsError(Exception):
    """The profile was created before."""


def profile(user_id: str) -> Profile:
    item = Item.find(_user(user_id), "PROFILE")
    if item is None:
        raise UserNotFoundError
    return Profile.model_validate(item.body)


def has_profile(user_id: str) -> bool:
    return Item.find(_user(user_id), "PROFILE") is not None


def create_profile(new: Profile, events: list[Event], now: datetime) -> None:
    transaction = Transaction()
    transaction.put(_profile_item(new), absent(), refused=lambda _: ProfileExistsError())
    _publish(transaction, new.user_id, events, now)
    transaction.commit()


def revise_profile(old: Profile, new: Profile, events: list[Event], now: datetime) -> None:
    transaction = Transaction()
    unchanged = Item.revision == old.revision
    transaction.put(_profile_item(new), unchanged, refused=lambda _: StaleVersionError())
    _publish(transaction, new.user_id, events, now)
    transaction.commit()


def physical(user_id: str) -> list[Physical]:
    """Oldest first."""
    found = Item.query(_user(user_id), Item.sk.startswith("PHYSICAL#"), consistent_read=True)
    return [Physical.model_validate(item.body) for item in found if not _is_taken_back(item)]


def change_physical(user_id: str, measured_on: date, entry: Physical | None, now: datetime) -> None:
    """A day's entry with its event in one transaction; None takes it back. What holds already changes nothing."""
    stored = Item.find(_user(user_id), _physical_sk(measured_on))
    body = entry.model_dump(mode="json", exclude_none=True) if entry is not None else {}
    if (stored.body if stored is not None else {}) == body:
        return
    revision = int(stored.revision or 1) + 1 if stored is not None else 1
    item = Item(pk=_user(user_id), sk=_physical_sk(measured_on), kind="physical", revision=revision, body=body)
    transaction = Transaction()
    put_over(transaction, stored, item)
    event = (entry or Physical(measured_on=measured_on)).facts(revision)
    _publish(transaction, user_id, [event], now)
    transaction.commit()


def _is_taken_back(item: Item) -> bool:
    """The revision stays, so that whoever keeps a copy knows which of two changes is newer."""
    return not item.body


def privacy_zones(user_id: str) -> tuple[PrivacyZones, Item | None]:
    item = Item.find(_user(user_id), "PRIVACY_ZONES")
    return (PrivacyZones.model_validate(item.body) if item is not None else PrivacyZones()), item


def change_privacy_zones(
    user_id: str, zones: PrivacyZones, event: Callable[[int], Event], stored: Item | None, now: datetime
) -> None:
    """`WriteConflictError` when the list is not `stored` any more; `event` is made of the new revision."""
    revision = next_revision(stored)
    body = zones.model_dump(mode="json")
    transaction = Transaction()
    put_over(
        transaction,
        stored,
        Item(pk=_user(user_id), sk="PRIVACY_ZONES", kind="privacy_zones", revision=revision, body=body),
    )
    _publish(transaction, user_id, [event(revision)], now)
    transaction.commit()


def consents(user_id: str) -> dict[ConsentKind, Consent]:
    found = Item.query(_user(user_id), Item.sk.startswith("CONSENT#"), consistent_read=True)
    known = {consent.kind: consent for consent in (Consent.model_validate(item.body) for item in found)}
    return {kind: known.get(kind, Consent(kind=kind)) for kind in ConsentKind}


def change_consent(
    user_id: str,
    kind: ConsentKind,
    change: Callable[[Consent], tuple[Consent, JournalEntry, Event] | None],
    now: datetime,
) -> Consent:
    """State, journal and event in one transaction; `change` answers None when nothing changes."""
    sk = f"CONSENT#{kind.value}"
    stored = Item.find(_user(user_id), sk)
    known = Consent.model_validate(stored.body) if stored is not None else Consent(kind=kind)
    changed = change(known)
    if changed is None:
        return known
    consent, entry, event = changed
    transaction = Transaction()
    item = Item(
        pk=_user(user_id), sk=sk, kind="consent", revision=consent.revision, body=consent.model_dump(mode="json")
    )
    put_over(transaction, stored, item)
    transaction.put(_journal_item(user_id, entry), absent())
    _publish(transaction, user_id, [event], now)
    transaction.commit()
    return consent


def journal(user_id: str, *, limit: int, cursor: str | None) -> pagination.Page[JournalEntry]:
    """Newest first."""
    scope = pagination.fingerprint("consent-journal", user_id)
    page = page_of(_user(user_id), "JOURNAL#", scope=scope, limit=limit, cursor=cursor, newest_first=True)
    return page.of(lambda item: JournalEntry.model_validate(item.body))


def note_role_change(user_id: str, *, role: str, granted: bool, by: str, now: datetime) -> None:
    body = {"role": role, "granted": granted, "by": by, "at": clock.rfc3339(now)}
    Item(pk=_user(user_id), sk=f"ROLE#{clock.rfc3339(now)}#{role}", kind="role_change", body=body).save()


def _publish(transaction: Transaction, user_id: str, events: list[Event], now: datetime) -> None:
    for item in outbox_items(events, user_id=user_id, correlation_id=correlation_id(), now=now):
        transaction.put(item)


def _user(user_id: str) -> str:
    return f"USER#{user_id}"


def _physical_sk(measured_on: date) -> str:
    return f"PHYSICAL#{measured_on.isoformat()}"


def _profile_item(new: Profile) -> Item:
    body: dict[str, Any] = new.model_dump(mode="json", exclude_none=True)
    return Item(pk=_user(new.user_id), sk="PROFILE", kind="profile", revision=new.revision, body=body)


def _journal_item(user_id: str, entry: JournalEntry) -> Item:
    sk = f"JOURNAL#{clock.rfc3339(entry.changed_at)}#{entry.kind.value}#{entry.revision}"
    return Item(pk=_user(user_id), sk=sk, kind="journal", body=entry.model_dump(mode="json"))
