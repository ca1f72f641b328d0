"""Keeps this service's own copy of language, time zone, addresses and consents."""

from notifications.recipients import store
from notifications.recipients.domain import Recipient
from stadion import clock
from stadion.consents import with_news
from stadion.events.accounts import ConsentChanged, ContactChanged, ProfileUpdated, UserRegistered
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.retry import retry_on_conflict

handler = Consumer()


@handler.on(UserRegistered, ProfileUpdated, ConsentChanged, ContactChanged)
def know_recipient(envelope: Envelope[UserRegistered | ProfileUpdated | ConsentChanged | ContactChanged]) -> Consumed:
    now = clock.now()
    changed = retry_on_conflict(lambda: store.know(envelope.user_id, lambda known: updated(known, envelope.data), now))
    return Consumed("kept" if changed else "stale")


def updated(known: Recipient, event: UserRegistered | ProfileUpdated | ConsentChanged | ContactChanged) -> Recipient:
    """The copy after an event; what is older than the copy changes nothing."""
    if isinstance(event, ConsentChanged):
        return known.model_copy(update={"consents": with_news(known.consents, event)})
    if isinstance(event, ContactChanged):
        return _with_contact(known, event)
    revision = event.revision if isinstance(event, ProfileUpdated) else 1
    if revision <= known.revision:
        return known
    return known.model_copy(update={"language": event.language, "time_zone": event.time_zone, "revision": revision})


def _with_contact(known: Recipient, event: ContactChanged) -> Recipient:
    if event.revision <= known.contact_revision:
        return known
    contact = {"email": event.email, "phone": event.phone, "contact_revision": event.revision}
    return known.model_copy(update=contact)
