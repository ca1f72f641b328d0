"""Use cases of consents: what holds now, and the journal of how it came to be."""

from datetime import datetime, timedelta

from accounts import store
from accounts.domain import Consent, ConsentJournalEntry
from stadion.events.accounts import ConsentChanged, ConsentKind
from stadion.events.envelope import Event
from stadion.retry import retry_on_conflict


def put(user_id: str, kind: ConsentKind, *, granted: bool, text_version: str, address: str, now: datetime) -> Consent:
    """The same state again (same decision, same text) is no change and leaves no entry."""

    def changed(known: Consent) -> tuple[Consent, ConsentJournalEntry, Event] | None:
        if known.revision and (known.granted, known.text_version) == (granted, text_version):
            return None
        # Of two requests at once, the one that was written last is the newer one, whenever it had come in.
        changed_at = max(now, known.changed_at + timedelta(milliseconds=1)) if known.changed_at else now
        facts = {
            "kind": kind,
            "granted": granted,
            "revision": known.revision + 1,
            "text_version": text_version,
            "changed_at": changed_at,
        }
        return Consent(**facts), ConsentJournalEntry(**facts, address=address), ConsentChanged(**facts)

    return retry_on_conflict(lambda: store.change_consent(user_id, kind, changed, now))
