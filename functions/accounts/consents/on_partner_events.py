"""What was granted to a partner ends when the athlete unlinks it."""

from accounts.consents import service
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.partners import PartnerUnlinked

handler = Consumer()


@handler.on(PartnerUnlinked)
def withdraw(envelope: Envelope[PartnerUnlinked]) -> Consumed:
    event = envelope.data
    ended = service.end_with_link(envelope.user_id, event.partner_id, event.unlinked_at, clock.now())
    return Consumed("withdrawn" if ended else "nothing_held")
