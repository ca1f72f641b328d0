"""Consents, their journal and their texts in the accounts table. Keys stand in the service's README.md."""

from collections.abc import Callable
from datetime import datetime

from accounts.consents.domain import Consent, ConsentJournalEntry, ConsentTexts
from accounts.consents.seed import first_texts
from stadion import pagination, writes
from stadion.change import Change
from stadion.events.accounts import ConsentKind
from stadion.events.envelope import Event
from stadion.records import Records, Stored, fetch

CONSENTS = Records(Consent, kind="consent", pk="USER#{user_id}", sk="CONSENT#{kind}", own_revision=True, nulls=True)
"""What holds now; with its journal entry and event in one transaction; one batch with the texts."""
JOURNAL = Records(
    ConsentJournalEntry, kind="journal", pk="USER#{user_id}", sk="JOURNAL#{changed_at}#{kind}#{revision}", nulls=True
)
"""Only ever put; newest first, with a cursor."""
TEXTS = Records(ConsentTexts, kind="consent_texts", pk="CONSENT_TEXTS", sk="{kind}")
"""Every version of the text of a kind: admins, on the revision; until then the texts that ship with the code."""


def all_of(user_id: str) -> dict[ConsentKind, tuple[Consent, ConsentTexts]]:
    """In one request."""
    consents = {kind: CONSENTS.at(user_id, kind) for kind in ConsentKind}
    texts = {kind: TEXTS.at(kind) for kind in ConsentKind}
    found = fetch(*consents.values(), *texts.values())
    return {
        kind: (found[consents[kind]].value or Consent(kind=kind), _known(found[texts[kind]])) for kind in ConsentKind
    }


def one_of(user_id: str, kind: ConsentKind) -> Stored[Consent]:
    return CONSENTS.read(user_id, kind)


def change(
    user_id: str,
    kind: ConsentKind,
    how: Callable[[Consent, ConsentTexts], tuple[Consent, ConsentJournalEntry, Event] | None],
    now: datetime,
) -> Consent:
    """State, journal and event in one transaction; `how` answers None when nothing changes."""
    consent, texts = CONSENTS.at(user_id, kind), TEXTS.at(kind)
    found = fetch(consent, texts)
    known = found[consent].value or Consent(kind=kind)
    changed = how(known, _known(found[texts]))
    if changed is None:
        return known
    new, entry, event = changed
    with Change(user_id, now) as change_:
        change_.replace(found[consent], new)
        change_.put(JOURNAL.of(entry, user_id), entry)
        change_.publish(event)
    return new


def journal(user_id: str, *, limit: int, cursor: str | None) -> pagination.Page[ConsentJournalEntry]:
    """Newest first."""
    scope = ("consent-journal", user_id)
    return JOURNAL.page(user_id, scope=scope, limit=limit, cursor=cursor, newest_first=True)


def stays(consent: Stored[Consent]) -> Callable[[Change], None]:
    """For a transaction that rests on it."""
    return lambda change_: change_.require(consent.place, consent.unchanged)


def publish(user_id: str, event: Event, consent: Stored[Consent], now: datetime) -> None:
    """`WriteConflictError` when the consent is not as it was read."""
    with Change(user_id, now) as change_:
        stays(consent)(change_)
        change_.publish(event)


# --- texts ----------------------------------------------------------------------------------------------------------


def texts() -> dict[ConsentKind, ConsentTexts]:
    places = {kind: TEXTS.at(kind) for kind in ConsentKind}
    found = fetch(*places.values())
    return {kind: _known(found[place]) for kind, place in places.items()}


def texts_of(kind: ConsentKind) -> tuple[ConsentTexts, Stored[ConsentTexts]]:
    stored = TEXTS.read(kind)
    return _known(stored), stored


def keep_texts(stored: Stored[ConsentTexts], new: ConsentTexts, now: datetime) -> None:
    """`WriteConflictError` when they are not `stored` any more."""
    writes.replace(stored, new, now)


def _known(stored: Stored[ConsentTexts]) -> ConsentTexts:
    return stored.value or first_texts()[ConsentKind(stored.place.sk)]
