"""Consents, their journal and their texts in the accounts table. Keys stand in the service's README.md."""

from collections.abc import Callable
from datetime import datetime

from accounts.consents.domain import Consent, ConsentJournalEntry, ConsentTexts
from accounts.consents.errors import TooManyConsentPartnersError
from accounts.consents.seed import first_texts
from stadion import pagination, writes
from stadion.change import Change
from stadion.events.accounts import OF_A_PARTNER, ConsentKind
from stadion.events.envelope import Event
from stadion.limits import Guard
from stadion.records import Records, Stored, fetch

CONSENTS = Records(Consent, kind="consent", pk="USER#{user_id}", sk="CONSENT#{kind}", own_revision=True, nulls=True)
"""What holds now; with its journal entry and event in one transaction; one batch with the texts. That of `purchases` is
from before 2026-12, and counts for nobody."""
OF_PARTNERS = Records(
    Consent,
    kind="partner_consent",
    pk="USER#{user_id}",
    sk="CONSENT_TO#{kind}#{partner_id}",
    own_revision=True,
    nulls=True,
)
"""The same of what is granted to one partner; all of them in one query."""
COUNTED = Records(Guard, kind="counted", pk="USER#{user_id}", sk="COUNTED#consents")
"""Replaced with every partner that is added, so that their limit holds."""
JOURNAL = Records(
    ConsentJournalEntry, kind="journal", pk="USER#{user_id}", sk="JOURNAL#{changed_at}#{what}#{revision}", nulls=True
)
"""Only ever put; newest first, with a cursor."""
TEXTS = Records(ConsentTexts, kind="consent_texts", pk="CONSENT_TEXTS", sk="{kind}")
"""Every version of the text of a kind: admins, on the revision; until then the texts that ship with the code."""


def all_of(user_id: str) -> list[tuple[Consent, ConsentTexts]]:
    """Of each kind, in two requests; of what is granted to partners, one without a partner and then each of theirs."""
    consents = {kind: CONSENTS.at(user_id, kind) for kind in ConsentKind if kind not in OF_A_PARTNER}
    texts = {kind: TEXTS.at(kind) for kind in ConsentKind}
    found = fetch(*consents.values(), *texts.values())
    granted = {kind: found[place].value for kind, place in consents.items()}
    theirs = list(OF_PARTNERS.every(user_id))
    return [
        (consent, _known(found[texts[kind]]))
        for kind in ConsentKind
        for consent in (granted.get(kind) or Consent(kind=kind), *(one for one in theirs if one.kind is kind))
    ]


def one_of(user_id: str, kind: ConsentKind) -> Stored[Consent]:
    return CONSENTS.read(user_id, kind)


def change(
    user_id: str,
    asked: Consent,
    how: Callable[[Consent, ConsentTexts], tuple[Consent, ConsentJournalEntry, Event] | None],
    now: datetime,
    *,
    most_partners: int,
) -> Consent:
    """State, journal and event in one transaction; `how` answers None when nothing changes. `asked` names which."""
    consent = OF_PARTNERS.of(asked, user_id) if asked.partner_id else CONSENTS.of(asked, user_id)
    texts, counted = TEXTS.at(asked.kind), COUNTED.at(user_id)
    found = fetch(consent, texts, counted) if asked.partner_id else fetch(consent, texts)
    changed = how(found[consent].value or asked, _known(found[texts]))
    if changed is None:
        return found[consent].value or asked
    new, entry, event = changed
    is_another = asked.partner_id is not None and found[consent].value is None
    if is_another and sum(1 for _ in OF_PARTNERS.every(user_id)) >= most_partners:
        raise TooManyConsentPartnersError(most=most_partners)
    with Change(user_id, now) as change_:
        change_.replace(found[consent], new)
        if is_another:
            change_.replace(found[counted], Guard())
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
