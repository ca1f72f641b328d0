"""What became of campaigns' messages is counted for their reports."""

from promos.campaigns.experiment import message_store as messages
from stadion import clock
from stadion.events.consumer import Consumed, Consumer
from stadion.events.envelope import Envelope
from stadion.events.notifications import NotificationDelivered, NotificationFailed
from stadion.retry import retry_on_conflict

handler = Consumer()


@handler.on(NotificationDelivered, NotificationFailed)
def count(envelope: Envelope[NotificationDelivered | NotificationFailed]) -> Consumed:
    if envelope.data.campaign_id is None:
        return Consumed("not a campaign's")
    at, now = envelope.occurred_at, clock.now()
    return Consumed(retry_on_conflict(lambda: messages.count(envelope.user_id, envelope.data, at, now)))
