"""Use cases of consents: what holds now, the journal of how it came to be, the texts, and what goes on request."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from accounts import store as accounts
from accounts.consents import store
from accounts.consents.domain import Consent, ConsentJournalEntry, ConsentText, ConsentTexts
from accounts.consents.errors import (
    ConsentPartnerRefusedError,
    ConsentPartnerRequiredError,
    ConsentStillGrantedError,
    ConsentTextLateError,
    ConsentTextNotCurrentError,
    ConsentTextRequiredError,
    ConsentTextTakenError,
    TooManyConsentTextsError,
)
from stadion.change import Change
from stadion.errors import ConsentRequiredError
from stadion.events.accounts import OF_A_PARTNER, ConsentChanged, ConsentKind, HealthDataDeletionAsked
from stadion.events.envelope import Event
from stadion.i18n import Language
from stadion.retry import retry_on_conflict

MAX_TEXTS: Final = 30
"""Versions of one text; with two languages of 4 000 letters they fit an item."""
MAX_PARTNERS: Final = 100
"""To whom one athlete has ever granted something: twice as many as may be linked at a time."""
BY_UNLINKING: Final = "partner-links"
"""In the journal, in the place of an address."""
How = Callable[[Consent, ConsentTexts], tuple[Consent, ConsentJournalEntry, Event] | None]


def put(
    user_id: str,
    kind: ConsentKind,
    *,
    partner_id: str | None,
    granted: bool,
    text_version: str | None,
    address: str,
    now: datetime,
) -> tuple[Consent, ConsentText]:
    """The same state again (same decision, same text) is no change and leaves no entry; beside it the current text.

    `ConsentTextNotCurrentError` for a grant of any other text. A withdrawal is always taken."""
    if (kind in OF_A_PARTNER) != (partner_id is not None):
        wrong = ConsentPartnerRequiredError if partner_id is None else ConsentPartnerRefusedError
        raise wrong(pointer="#/partner_id")
    current: list[ConsentText] = []

    def changed(known: Consent, texts: ConsentTexts) -> tuple[Consent, ConsentJournalEntry, Event] | None:
        current[:] = [texts.current(now)]
        if partner_id is not None and not granted and not known.revision:
            return None  # of whom nothing is kept
        version = text_version or (None if granted else known.text_version or current[0].version)
        if version is None:
            raise ConsentTextRequiredError(pointer="#/text_version")
        if known.revision and (known.granted, known.text_version) == (granted, version):
            return None
        if granted and version != current[0].version:
            named = current[0].version
            raise ConsentTextNotCurrentError(
                pointer="#/text_version", extensions={"current_version": named}, current=named
            )
        return _changed(known, granted, version, address, now)

    return _write(user_id, Consent(kind=kind, partner_id=partner_id), changed, now), current[0]


def end_with_link(user_id: str, partner_id: str, unlinked_at: datetime, now: datetime) -> bool:
    """What was granted to the partner until then is withdrawn. Safe to repeat, and whatever was granted since stays."""

    def changed(known: Consent, _: ConsentTexts) -> tuple[Consent, ConsentJournalEntry, Event] | None:
        if not known.granted or known.changed_at is None or known.changed_at > unlinked_at:
            return None
        withdrawn.append(partner_id)
        return _changed(known, False, known.text_version or "", BY_UNLINKING, now)

    withdrawn: list[str] = []
    for kind in OF_A_PARTNER:
        _write(user_id, Consent(kind=kind, partner_id=partner_id), changed, now)
    return bool(withdrawn)


def _changed(
    known: Consent, granted: bool, version: str, address: str, now: datetime
) -> tuple[Consent, ConsentJournalEntry, Event]:
    # Of two requests at once, the one that was written last is the newer one, whenever it had come in.
    changed_at = max(now, known.changed_at + timedelta(milliseconds=1)) if known.changed_at else now
    facts = {
        "kind": known.kind,
        "partner_id": known.partner_id,
        "granted": granted,
        "revision": known.revision + 1,
        "text_version": version,
        "changed_at": changed_at,
    }
    return Consent(**facts), ConsentJournalEntry(**facts, address=address), ConsentChanged(**facts)


def _write(user_id: str, asked: Consent, changed: How, now: datetime) -> Consent:
    return retry_on_conflict(lambda: store.change(user_id, asked, changed, now, most_partners=MAX_PARTNERS))


def show(user_id: str, now: datetime) -> list[tuple[Consent, ConsentText]]:
    return [(consent, texts.current(now)) for consent, texts in store.all_of(user_id)]


def check_health(user_id: str) -> Callable[[Change], None]:
    """`ConsentRequiredError`; answers what holds the consent still for a transaction that rests on it."""
    consent = store.one_of(user_id, ConsentKind.HEALTH_DATA)
    if consent.value is None or not consent.value.granted:
        raise ConsentRequiredError(extensions={"consent": ConsentKind.HEALTH_DATA.value})
    return store.stays(consent)


def delete_health_data(user_id: str, now: datetime) -> None:
    """Physical data day by day, each with its news; then the other services are asked. Safe to repeat."""
    retry_on_conflict(lambda: _delete_health_data(user_id, now))


def _delete_health_data(user_id: str, now: datetime) -> None:
    """Nothing that is put after a new grant."""
    stored = store.one_of(user_id, ConsentKind.HEALTH_DATA)
    consent = stored.value or Consent(kind=ConsentKind.HEALTH_DATA)
    if consent.granted:
        raise ConsentStillGrantedError
    for day in accounts.physical(user_id):
        accounts.change_physical(user_id, day.measured_on, None, now, also=store.stays(stored))
    asked = HealthDataDeletionAsked(asked_at=now, consent_revision=consent.revision)
    store.publish(user_id, asked, stored, now)


# --- texts ----------------------------------------------------------------------------------------------------------


def texts_of(kind: ConsentKind) -> ConsentTexts:
    return store.texts_of(kind)[0]


def set_text(
    kind: ConsentKind,
    version: str,
    texts: dict[Language, str],
    *,
    current_from: datetime | None,
    by: str,
    now: datetime,
) -> ConsentTexts:
    """From a moment on, now when none is given; one that is not current yet may be set again.

    The same again changes nothing."""

    def once() -> ConsentTexts:
        known, stored = store.texts_of(kind)
        before = known.of_version(version)
        if before is not None and before.texts == texts and current_from in {None, before.current_from}:
            return known
        if before is not None and before.current_from <= now:
            raise ConsentTextTakenError(version=version)
        begins = current_from or now
        if begins < now:
            raise ConsentTextLateError(pointer="#/current_from")
        new = known.with_text(ConsentText(version=version, current_from=begins, texts=texts, set_by=by))
        if len(new.versions) > MAX_TEXTS:
            raise TooManyConsentTextsError(most=MAX_TEXTS)
        store.keep_texts(stored, new, now)
        return new

    return retry_on_conflict(once)
